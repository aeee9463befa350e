// Tests of chapter 5, heads. A suite is a function, a test one thing that can be wrong.
#include "05_heads.h"
#include "judge.h"

#include "calls/05_heads.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(5);

// For calls that are made together. What is not right there is tried once more by itself, so
// that it is the call that is shown.
static void expect_no_memory(bool was_right, const char *function)
{
    expect(was_right,
           "%s is right when it is called once, and wrong when the program has called it "
           "before: it keeps something from call to call (a static or global variable?), "
           "and must not.",
           function);
}

// Widths below, at and above whole blocks, with every rest: 1 to 33, and then some that
// models have. From 0 on.
static size_t width_of(size_t k)
{
    static const size_t wide[] = {40, 48, 64, 44, 47,  56,  63,  65,
                                  72, 80, 93, 96, 112, 127, 128, 129};
    return k < 33 ? k + 1 : wide[k - 33];
}
enum { N_WIDTHS = 33 + 16, N_SMALLER_WIDTHS = 33 + 3, WIDEST = 129 };

static float *one_other(const float *values, size_t n)
{
    float *changed = judge_floats(n);
    memcpy(changed, values, n * sizeof *values);
    changed[random_between(0, 1) ? n - 1 : random_between(n / 2, n - 1)] += 1;
    return changed;
}

// ---- 5.1 tied_backward and 5.2 tied_projection_backward --------------------------------

// What a call is given; m and dm are NULL for exercise 5.1. dwte and dm are what the
// outputs hold before it.
struct tied {
    const float *dlogits, *wte, *m, *dwte, *dm;
    const uint32_t *ids;
    size_t n_tokens, vocab_size, d_model;
    bool is_exact; // whole numbers whose sums a float holds, in any order
};

struct sums {
    double *dwte, *dm;
};

// The factors as they are, or without their signs: then the sums are the sums of sizes.
static double factor(float value, bool signless)
{
    return signless ? fabs((double)value) : (double)value;
}

static double *begun(const float *values, size_t n, bool signless)
{
    double *sums = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        sums[k] = factor(values[k], signless);
    return sums;
}

// The positions that read the same word, as one: what they add depends on the sum of their
// dlogits alone.
struct merged {
    const uint32_t *ids;
    double *slopes; // [n][vocab_size]
    size_t n;
};

static struct merged merge(const struct tied *p, bool signless)
{
    const size_t n_words = p->vocab_size,
                 most = p->n_tokens < n_words ? p->n_tokens : n_words;
    uint32_t *ids = judge_ids(most), *place = judge_ids(n_words); // from 1 on
    struct merged all = {ids, judge_doubles(most * n_words), 0};
    for (size_t t = 0; t < p->n_tokens; t++) {
        if (place[p->ids[t]] == 0) {
            ids[all.n] = p->ids[t];
            place[p->ids[t]] = (uint32_t)++all.n;
        }
        double *slopes = all.slopes + (place[p->ids[t]] - 1) * n_words;
        for (size_t v = 0; v < n_words; v++)
            slopes[v] += factor(p->dlogits[t * n_words + v], signless);
    }
    return all;
}

static struct sums halves(const struct tied *p, bool signless)
{
    const size_t d = p->d_model;
    const struct merged all = merge(p, signless);
    struct sums sums = {begun(p->dwte, p->vocab_size * d, signless), NULL};
    for (size_t k = 0; k < all.n; k++)
        for (size_t v = 0; v < p->vocab_size; v++) {
            const size_t x = all.ids[k];
            const double slope = all.slopes[k * p->vocab_size + v];
            for (size_t i = 0; i < d; i++) {
                sums.dwte[x * d + i] += slope * factor(p->wte[v * d + i], signless);
                sums.dwte[v * d + i] += slope * factor(p->wte[x * d + i], signless);
            }
        }
    return sums;
}

// What the positions that read x add, with room for h and dh.
static void add_word(struct sums *sums, const struct tied *p, size_t x,
                     const double *slopes, bool signless, double *h, double *dh)
{
    const size_t d = p->d_model;
    memset(h, 0, d * sizeof *h);
    memset(dh, 0, d * sizeof *dh);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            h[j] +=
                factor(p->wte[x * d + i], signless) * factor(p->m[i * d + j], signless);
    for (size_t v = 0; v < p->vocab_size; v++)
        for (size_t j = 0; j < d; j++) {
            dh[j] += slopes[v] * factor(p->wte[v * d + j], signless);
            sums->dwte[v * d + j] += slopes[v] * h[j];
        }
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            sums->dwte[x * d + i] += factor(p->m[i * d + j], signless) * dh[j];
            sums->dm[i * d + j] += factor(p->wte[x * d + i], signless) * dh[j];
        }
}

static struct sums projected(const struct tied *p, bool signless)
{
    const size_t d = p->d_model;
    const struct merged all = merge(p, signless);
    double *h = judge_doubles(d), *dh = judge_doubles(d);
    struct sums sums = {begun(p->dwte, p->vocab_size * d, signless),
                        begun(p->dm, d * d, signless)};
    for (size_t k = 0; k < all.n; k++)
        add_word(&sums, p, all.ids[k], all.slopes + k * p->vocab_size, signless, h, dh);
    return sums;
}

static struct sums sums_of(const struct tied *p, bool signless)
{
    return p->m == NULL ? halves(p, signless) : projected(p, signless);
}

// How far a sum of n floats in any order may be from the true one, and each product is off
// by another rounding (Higham, Accuracy and Stability, sec. 4.2); twice that, and what is
// lost below the smallest normal float.
static double rounding(double sizes, size_t n)
{
    return sizes * (double)(n + 1) * 0x1p-23 + (double)n * 0x1p-148;
}

// Into a number of row v fall n_tokens traces as output, and vocab_size (d_model in 5.2)
// for each time that it is read. In 5.2 sums of d_model and vocab_size stand in front.
static void round_rows(double *sizes, const struct tied *p)
{
    const size_t d = p->d_model;
    size_t before = p->m == NULL ? 1 : d + p->vocab_size + 4;
    for (size_t v = 0; v < p->vocab_size; v++) {
        size_t n = 2 * p->n_tokens + before;
        for (size_t t = 0; t < p->n_tokens; t++)
            n += p->ids[t] != v ? 0 : p->m == NULL ? p->vocab_size : d;
        for (size_t i = 0; i < d; i++)
            sizes[v * d + i] = rounding(sizes[v * d + i], n);
    }
}

static void expect_sums(const float *dwte, const float *dm, const struct tied *p)
{
    const size_t d = p->d_model;
    const struct sums wanted = sums_of(p, false);
    struct sums allowed = {NULL, NULL};
    if (!p->is_exact) {
        allowed = sums_of(p, true);
        round_rows(allowed.dwte, p);
        for (size_t k = 0; p->m != NULL && k < d * d; k++)
            allowed.dm[k] = rounding(allowed.dm[k], 2 * p->n_tokens + p->vocab_size + 4);
    }
    expect_floats(dwte, wanted.dwte, allowed.dwte, p->vocab_size, d);
    if (dm != NULL)
        expect_floats(dm, wanted.dm, allowed.dm, d, d);
}

// The call, with its outputs. A row more than the sizes say can be read and written, so
// that an id that is one too large is seen as accepted, not as a crash.
struct outputs {
    float *dwte, *dm;
    bool result;
};

static struct outputs call_tied(const struct tied *p, size_t rows)
{
    const size_t d = p->d_model;
    fresh_case();
    const float *dlogits = floats_in(p->dlogits, p->n_tokens * p->vocab_size);
    const float *wte = floats_in(p->wte, rows * d);
    const float *m = p->m == NULL ? NULL : floats_in(p->m, d * d);
    const uint32_t *ids = ids_in(p->ids, p->n_tokens);
    struct outputs out = {.dwte = floats_inout(p->dwte, rows * d)};
    if (m != NULL)
        out.dm = floats_inout(p->dm, d * d);
    out.result = m != NULL ? CALL(tied_projection_backward, out.dwte, out.dm, dlogits,
                                  wte, m, ids, p->n_tokens, p->vocab_size, d)
                           : CALL(tied_backward, out.dwte, dlogits, wte, ids, p->n_tokens,
                                  p->vocab_size, d);
    return out;
}

static struct outputs accept_tied(const struct tied *p)
{
    const struct outputs out = call_tied(p, p->vocab_size);
    expect_accepted(out.result, out.dwte);
    return out;
}

static void try_tied(const struct tied *p)
{
    const struct outputs out = accept_tied(p);
    expect_sums(out.dwte, out.dm, p);
}

// Whole numbers from -most to most, none of them 0.
static float *wholes(size_t n, uint32_t most)
{
    float *values = judge_floats(n);
    for (size_t k = 0; k < n; k++) {
        const int draw = (int)(judge_random() % (2 * most)) - (int)most;
        values[k] = (float)(draw + (draw >= 0));
    }
    return values;
}

// A text that says some things again: the same id with the same dlogits, and dlogits of
// another position, both of them anywhere.
static void repeat_positions(float *dlogits, uint32_t *ids, size_t n_tokens,
                             size_t vocab_size)
{
    for (int k = 0; k < 4 && n_tokens > 3; k++) {
        const size_t from = random_between(0, n_tokens - 1),
                     to = random_between(0, n_tokens - 1);
        memmove(dlogits + to * vocab_size, dlogits + from * vocab_size,
                vocab_size * sizeof *dlogits);
        if (k % 2 == 0)
            ids[to] = ids[from];
    }
}

// 1 or -1 each. A draw has 32 of them.
static float *signs(size_t n)
{
    float *values = judge_floats(n);
    uint32_t bits = 0;
    for (size_t k = 0; k < n; k++, bits >>= 1) {
        bits = k % 32 == 0 ? judge_random() : bits;
        values[k] = (float)(bits & 1) * 2 - 1;
    }
    return values;
}

// The same, and some zeros among them.
static float *signs_and_zeros(size_t n)
{
    float *values = signs(n);
    for (size_t k = random_between(0, 7); k < n; k += random_between(1, 15))
        values[k] = 0;
    return values;
}

enum { ADDS = 1, MATRIX = 2, WHOLE = 4 };

static float *drawn(size_t n, int how)
{
    return how & WHOLE ? signs(n) : normals(n);
}

// All but the ids. The outputs begin with a row more than the table has, as its reader.
static struct tied draw_numbers(const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                                size_t d_model, int how)
{
    const size_t rows = (vocab_size + 1) * d_model, square = d_model * d_model;
    return (struct tied){.dlogits = drawn(n_tokens * vocab_size, how),
                         .wte = drawn(rows, how),
                         .m = how & MATRIX ? drawn(square, how) : NULL,
                         .dwte = how & ADDS ? drawn(rows, how) : judge_floats(rows),
                         .dm = !(how & MATRIX) ? NULL
                               : how & ADDS    ? drawn(square, how)
                                               : judge_floats(square),
                         .ids = ids,
                         .n_tokens = n_tokens,
                         .vocab_size = vocab_size,
                         .d_model = d_model,
                         .is_exact = how & WHOLE};
}

static struct tied draw_tied(size_t n_tokens, size_t vocab_size, size_t d_model, int how)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    struct tied p = draw_numbers(ids, n_tokens, vocab_size, d_model, how);
    repeat_positions((float *)p.dlogits, ids, n_tokens, vocab_size);
    if (n_tokens > 0)
        ids[random_between(0, n_tokens - 1)] = (uint32_t)vocab_size - 1;
    return p;
}

// Three calls of the same sizes in the same place: the second differs from the first in a
// single number of wte, the third has the table of the second and all else anew.
static void try_random_tied(size_t n_tokens, size_t vocab_size, size_t d_model, int how)
{
    const struct tied first = draw_tied(n_tokens, vocab_size, d_model, how);
    struct tied second = first, third = draw_tied(n_tokens, vocab_size, d_model, how);
    second.wte = third.wte = one_other(first.wte, vocab_size * d_model);
    try_tied(&first);
    try_tied(&second);
    try_tied(&third);
}

static void try_tied_once(size_t n_tokens, size_t vocab_size, size_t d_model, int how)
{
    const struct tied p = draw_tied(n_tokens, vocab_size, d_model, how);
    try_tied(&p);
}

// Shapes of three different sizes, then a single position; then once each a single row and a
// single number.
static void try_shapes(int how)
{
    for (int draw = 0; draw < 6; draw++) {
        const size_t n_tokens = draw == 3 ? 1 : random_between(4, 8);
        const size_t vocab_size = draw == 4 ? 1 : n_tokens + random_between(1, 4);
        const size_t d_model = draw == 5 ? 1 : random_between(2, 7);
        (draw < 4 ? try_random_tied : try_tied_once)(
            n_tokens, vocab_size, d_model + (d_model == n_tokens), how);
    }
    const size_t n = random_between(3, 6); // two sizes are equal, or all
    try_tied_once(n, n, n, how);
    try_tied_once(n, n + 2, n, how);
    try_tied_once(16, 33, 16, how); // whole blocks
}

// Every width, up to 33 words and positions, and ids that are all the same, or sorted, in one
// process. Whole numbers: the sums are exact.
enum { N_TIED = N_SMALLER_WIDTHS + 2 * 33 + 2 };

static struct tied shape_of_tied(size_t j)
{
    struct tied c = {.n_tokens = 2 + j % 2, .vocab_size = 3 + j % 3, .d_model = 2};
    const size_t k = j - N_SMALLER_WIDTHS;
    if (j < N_SMALLER_WIDTHS)
        c.d_model = width_of(j);
    else if (k < 33)
        c.vocab_size = k + 1;
    else if (k < 66)
        c.n_tokens = k - 32;
    else if (k == 66) // two sizes are equal, and not small
        c.n_tokens = c.vocab_size = 12;
    else
        c.vocab_size = c.d_model = 12;
    return c;
}

static void order_ids(uint32_t *ids, const struct tied *c, size_t how)
{
    const uint32_t last = (uint32_t)c->vocab_size - 1;
    fill_ids(ids, c->n_tokens, c->vocab_size);
    for (size_t t = 0; t < c->n_tokens && how % 4 != 0; t++) {
        const uint32_t step = (uint32_t)(t * c->vocab_size / c->n_tokens);
        ids[t] = how % 4 == 1 ? ids[0] : how % 4 == 2 ? step : last - step;
    }
}

static void add_up(size_t *n, const struct tied *c)
{
    n[0] += c->vocab_size * c->d_model;
    n[1] += c->d_model * c->d_model;
    n[2] += c->n_tokens;
}

static bool is_what_is_wanted(const float *got, const double *wanted, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!((double)got[k] == wanted[k]))
            return false;
    return true;
}

static bool are_sums(const float *dwte, const float *dm, const struct tied *c)
{
    const struct sums right = sums_of(c, false);
    return is_what_is_wanted(dwte, right.dwte, c->vocab_size * c->d_model) &&
           (dm == NULL || is_what_is_wanted(dm, right.dm, c->d_model * c->d_model));
}

static void try_many_tied(int how)
{
    enum { MOST = 33 * 64, SQUARE = 64 * 64 };
    const bool has_m = how & MATRIX;
    size_t n[3] = {0, 0, 0}, at[3] = {0, 0, 0}, n_right = 0;
    for (size_t j = 0; j < N_TIED; j++) {
        const struct tied c = shape_of_tied(j);
        add_up(n, &c);
    }
    const float *slopes = signs_and_zeros(MOST), *table = signs_and_zeros(MOST),
                *matrix = has_m ? signs_and_zeros(SQUARE) : NULL,
                *zeros = judge_floats(n[0] > n[1] ? n[0] : n[1]);
    uint32_t *text = judge_ids(n[2]);
    for (size_t j = 0, t = 0; j < N_TIED; t += shape_of_tied(j).n_tokens, j++) {
        const struct tied c = shape_of_tied(j);
        order_ids(text + t, &c, j + 1);
    }
    fresh_case();
    const float *dlogits = floats_in(slopes, MOST), *wte = floats_in(table, MOST),
                *m = has_m ? floats_in(matrix, SQUARE) : NULL;
    const uint32_t *ids = ids_in(text, n[2]);
    float *dwte = floats_inout(zeros, n[0]),
          *dm = has_m ? floats_inout(zeros, n[1]) : NULL;
    together();
    for (size_t j = 0; j < N_TIED; j++) {
        const struct tied c = shape_of_tied(j);
        if (has_m)
            (void)CALL(tied_projection_backward, dwte + at[0], dm + at[1], dlogits, wte,
                       m, ids + at[2], c.n_tokens, c.vocab_size, c.d_model);
        else
            (void)CALL(tied_backward, dwte + at[0], dlogits, wte, ids + at[2], c.n_tokens,
                       c.vocab_size, c.d_model);
        add_up(at, &c);
    }
    together_now();
    memset(at, 0, sizeof at);
    for (; n_right < N_TIED; n_right++) {
        struct tied c = shape_of_tied(n_right);
        c.dlogits = slopes;
        c.wte = table;
        c.m = matrix;
        c.dwte = c.dm = zeros;
        c.ids = text + at[2];
        c.is_exact = true;
        if (returned(n_right) == 0 ||
            !are_sums(dwte + at[0], has_m ? dm + at[1] : NULL, &c)) {
            try_tied(&c);
            break;
        }
        add_up(at, &c);
    }
    expect_no_memory(n_right == N_TIED,
                     has_m ? "tied_projection_backward" : "tied_backward");
}

// A row that is read and one that is not are all zeros, and so are the slopes of a position.
static void try_rows_of_zeros(int how)
{
    static const uint32_t ids[5] = {2, 4, 2, 6, 5};
    struct tied p = draw_numbers(ids, 5, 7, 3, how);
    float *wte = (float *)p.wte, *dlogits = (float *)p.dlogits;
    memset(wte + 4 * 3, 0, 3 * sizeof *wte);
    memset(wte + 1 * 3, 0, 3 * sizeof *wte);
    memset(dlogits + 3 * 7, 0, 7 * sizeof *dlogits);
    wte[2 * 3] = 0;                  // a row that begins with 0
    dlogits[0] = dlogits[7 + 3] = 0; // a first slope, and one among others
    if (p.m != NULL)
        memset((float *)p.m + 1 * 3, 0, 3 * sizeof *p.m); // a row of the matrix, too
    try_tied(&p);
}

static const float *scaled(const float *values, size_t n, double scale)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)values[k] * scale);
    return out;
}

// Numbers of every size that a float has: small ones are not zero.
static void try_scales(int how)
{
    static const double scales[][3] = {
        // dlogits, wte, m
        {1e-9, 1, 1},        {1e-20, 1, 1},        {1e-30, 1, 1},     {1, 1e-15, 1},
        {1, 1, 1e-20},       {1e-12, 1e-12, 1e12}, {1e9, 1e9, 1e-6},  {1e15, 1e-6, 1e20},
        {1e-40, 1e10, 1e10}, {1e-20, 1e-10, 1},    {1e-30, 1e-10, 1}, {1e30, 1e-15, 1},
    };
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        struct tied p = draw_tied(4, 6, 3, how);
        p.dlogits = scaled(p.dlogits, 4 * 6, scales[s][0]);
        p.wte = scaled(p.wte, 6 * 3, scales[s][1]);
        p.m = p.m == NULL ? NULL : scaled(p.m, 3 * 3, scales[s][2]);
        try_tied(&p);
    }
}

// One slope that is NaN: it reaches its own row, and that of the word that was read. Then
// one number of m. Sums of an odd number of ones and minus ones are not 0, so that no NaN
// meets a zero.
static void try_nan(int how)
{
    struct tied p = draw_tied(3, 5, 3, how | WHOLE);
    float *dlogits = drawn(3 * 5, WHOLE), *m = drawn(3 * 3, WHOLE);
    dlogits[random_between(0, 14)] = NAN;
    p.dlogits = dlogits;
    try_tied(&p);
    p = draw_tied(3, 5, 3,
                  how | WHOLE | ADDS); // what is added to such numbers leaves them
    ((float *)p.dwte)[random_between(0, 6)] = NAN;
    ((float *)p.dwte)[random_between(7, 14)] = INFINITY;
    try_tied(&p);
    if (p.m == NULL)
        return;
    p = draw_tied(3, 5, 3, how | WHOLE);
    m[random_between(0, 8)] = NAN;
    p.m = m;
    try_tied(&p);
}

// ---- refused, and nothing to do --------------------------------------------------------

static const float *small_or_minus_zero(const float *values, size_t n)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = judge_random() % 4 == 0 ? -0.0f : 1e-3f * values[k];
    return out;
}

// Old content that adding and subtracting does not restore: it is small, and what is added
// large; and some of it is -0, which even adding 0 changes.
static struct tied hard_to_restore(struct tied p)
{
    const size_t rows = p.vocab_size + 1, d = p.d_model;
    p.dlogits = scaled(p.dlogits, p.n_tokens * p.vocab_size, 1e3);
    p.dwte = small_or_minus_zero(p.dwte, rows * d);
    p.dm = p.m == NULL ? NULL : small_or_minus_zero(p.dm, d * d);
    return p;
}

static void refuse_ids(struct tied p, const uint32_t *ids, size_t rows, const char *why)
{
    p.ids = ids;
    const struct outputs out = call_tied(&p, rows);
    expect_refused(out.result, out.dwte, why);
    if (out.dm != NULL)
        expect_refused(out.result, out.dm, why);
}

// The first of these are about the place, the others about the id.
enum { N_PLACES = 3, N_BAD = 6 };

static void refuse_tied(size_t n_tokens, size_t vocab_size, size_t d_model, int how,
                        size_t n_bad)
{
    const uint32_t first_bad = (uint32_t)vocab_size;
    const struct {
        size_t place;
        uint32_t id;
        const char *why;
    } bad[N_BAD] = {
        {n_tokens - 1, first_bad,
         "the last id is vocab_size, and the largest allowed is one less"},
        {n_tokens / 2, first_bad, "an id in the middle is vocab_size"},
        {0, first_bad, "the first id is vocab_size, and the largest allowed is one less"},
        {n_tokens / 2, 65537, "an id in the middle is 65537"},
        {n_tokens - 1, 0x80000000u, "the last id is 2147483648"},
        {n_tokens / 2, UINT32_MAX, "an id in the middle is 4294967295"},
    };
    const struct tied p = hard_to_restore(draw_tied(n_tokens, vocab_size, d_model, how));
    for (size_t k = 0; k < n_bad; k++) {
        uint32_t *ids = random_ids(n_tokens, vocab_size);
        ids[bad[k].place] = bad[k].id;
        refuse_ids(p, ids, vocab_size + 1, bad[k].why);
    }
}

// A bad id in each of 17 places, one after the other in one process. There are rows for all
// ids.
static void refuse_everywhere(int how)
{
    enum { N = 17, V = 5, D = 3, ROWS = 25 };
    uint32_t text[N][N];
    struct tied p = hard_to_restore(draw_numbers(NULL, N, ROWS - 1, D, how));
    bool are_refused = true;
    p.vocab_size = V;
    for (size_t k = 0; k < N; k++) {
        fill_ids(text[k], N, V);
        text[k][k] = (uint32_t)(V + k % 2 * k);
    }
    fresh_case();
    const float *dlogits = floats_in(p.dlogits, N * V), *wte = floats_in(p.wte, ROWS * D),
                *m = p.m == NULL ? NULL : floats_in(p.m, D * D);
    const uint32_t *ids = ids_in(text[0], N * N);
    float *dwte = floats_inout(p.dwte, ROWS * D),
          *dm = p.m == NULL ? NULL : floats_inout(p.dm, D * D);
    together();
    for (size_t k = 0; k < N; k++) {
        if (m == NULL)
            (void)CALL(tied_backward, dwte, dlogits, wte, ids + k * N, N, V, D);
        else
            (void)CALL(tied_projection_backward, dwte, dm, dlogits, wte, m, ids + k * N,
                       N, V, D);
    }
    together_now();
    for (size_t k = 0; k < N; k++)
        are_refused = are_refused && returned(k) == 0;
    are_refused = are_refused && is_untouched(dwte) && (dm == NULL || is_untouched(dm));
    for (size_t k = 0; k < N && !are_refused; k++)
        refuse_ids(p, text[k], ROWS, "one of the ids is not below vocab_size");
    expect_no_memory(are_refused,
                     m == NULL ? "tied_backward" : "tied_projection_backward");
}

static void refuse_two(int how)
{
    uint32_t *ids = random_ids(9, 4);
    ids[1] = ids[8] = 4;
    refuse_ids(hard_to_restore(draw_tied(9, 4, 3, how)), ids, 5,
               "two of the ids are vocab_size");
}

// 65,536 bad ids behind a good one: whoever counts them in 8 or 16 bits counts none.
static void refuse_many(int how)
{
    uint32_t *ids = judge_ids(65537);
    for (size_t t = 1; t < 65537; t++)
        ids[t] = 1;
    const struct tied p = hard_to_restore(draw_numbers(ids, 65537, 1, 1, how));
    refuse_ids(p, ids, 2, "all ids but the first are vocab_size");
    memset(ids, 0, 65536 * sizeof *ids);
    refuse_ids(p, ids, 2, "the last id is vocab_size");
}

// Sizes of 0 do not make a bad id a good one.
static void refuse_sizes_of_zero(int how)
{
    static uint32_t zero[1] = {0}, three[2] = {1, 3};
    struct tied p = hard_to_restore(draw_numbers(zero, 1, 0, 2, how));
    refuse_ids(p, zero, 1, "with vocab_size 0 no id is below it");
    p = hard_to_restore(draw_numbers(three, 2, 3, 0, how));
    refuse_ids(p, three, 4, "id 3 is not below vocab_size 3, though d_model is 0");
}

static void try_all_refusals(int how)
{
    how |= ADDS;
    try_random_tied(4, 7, 3, how);
    refuse_two(how);
    try_random_tied(9, 4, 3, how);
    refuse_everywhere(how);
    refuse_tied(4, 6, 3, how, N_BAD);
    refuse_tied(1, 6, 3, how, 1);
    refuse_tied(11, 2, 3, how, N_PLACES); // the bad one behind vocab_size others
    refuse_tied(5003, 4, 3, how, N_PLACES);
    refuse_tied(3, 2503, 31, how | WHOLE, N_PLACES);
    refuse_many(how);
    refuse_sizes_of_zero(how);
    try_random_tied(4, 6, 3, how);
    judge_passed();
}

static void try_nothing_to_add(size_t n_tokens, size_t vocab_size, size_t d_model,
                               int how)
{
    static const uint32_t ids[2] = {0, 1};
    const struct tied p = draw_numbers(ids, n_tokens, vocab_size, d_model, how | ADDS);
    const struct outputs out = call_tied(&p, vocab_size + 1);
    const char *name = how & MATRIX ? "tied_projection_backward" : "tied_backward";
    const char *what = n_tokens == 0 ? "no ids" : "rows of no numbers";
    expect(out.result,
           "%s must return true for %s: there is nothing wrong, and nothing to add.",
           name, what);
    expect(is_untouched(out.dwte), "%s changed dwte, and there are %s.", name, what);
    expect(out.dm == NULL || is_untouched(out.dm), "%s changed dm, and there are %s.",
           name, what);
}

static void try_all_of_nothing(int how)
{
    try_random_tied(3, 5, 2, how);
    try_nothing_to_add(0, 5, 2, how);
    try_nothing_to_add(0, 0, 2, how);
    try_nothing_to_add(2, 3, 0, how);
    try_nothing_to_add(0, 0, 0, how);
    try_random_tied(3, random_between(4, 9), 2, how);
    judge_passed();
}

static void try_both_placements(int how)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_tied(5, 7, 3, how);
    }
    judge_passed();
}

// ---- against the loss itself -----------------------------------------------------------

// The table, ids and targets of the chapter's small example (made with PyTorch's autograd
// in 64 bits, logits = E[x] E^T), and the dlogits that its softmax gives.
static const float small_wte[4 * 2] = {0.1f, -0.2f, 0.2f, -0.1f, 0.3f, 0.0f, 0.4f, 0.1f};
static const uint32_t small_ids[4] = {0, 2, 2, 1};
static const uint32_t small_targets[4] = {1, 3, 0, 2};
static const double small_gradient[4 * 2] = {
    -0.00832555311, -0.00665717626, 0.018451232,   0.0190321804,
    0.00870016889,  0.00815670768,  -0.0169513258, -0.0186571898};
static const double one[4] = {1, 0, 0, 1};

static double score(const double *wte, const double *m, size_t x, size_t v)
{
    double sum = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            sum += wte[x * 2 + i] * m[i * 2 + j] * wte[v * 2 + j];
    return sum;
}

static double small_loss(const double *wte, const double *m)
{
    double loss = 0;
    for (size_t t = 0; t < 4; t++) {
        double sum = 0, right = score(wte, m, small_ids[t], small_targets[t]);
        for (size_t v = 0; v < 4; v++)
            sum += exp(score(wte, m, small_ids[t], v) - right);
        loss += log(sum) / 4;
    }
    return loss;
}

static float *small_dlogits(const double *wte, const double *m)
{
    float *dlogits = judge_floats(16);
    for (size_t t = 0; t < 4; t++) {
        double sum = 0;
        for (size_t v = 0; v < 4; v++)
            sum += exp(score(wte, m, small_ids[t], v));
        for (size_t v = 0; v < 4; v++)
            dlogits[t * 4 + v] = (float)((exp(score(wte, m, small_ids[t], v)) / sum -
                                          (v == small_targets[t])) /
                                         4);
    }
    return dlogits;
}

// Each number of `at` nudged up and down, the others kept.
static double *nudge_all(double *at, size_t n, const double *wte, const double *m)
{
    const double step = 1e-4;
    double *slopes = judge_doubles(n);
    for (size_t k = 0; k < n; k++) {
        const double kept = at[k];
        at[k] = kept + step;
        const double up = small_loss(wte, m);
        at[k] = kept - step;
        slopes[k] = (up - small_loss(wte, m)) / (2 * step);
        at[k] = kept;
    }
    return slopes;
}

static struct tied small_case(const float *table, const float *m)
{
    double *matrix = m != NULL ? as_doubles(m, 4) : (double *)one;
    return (struct tied){.dlogits = small_dlogits(as_doubles(table, 8), matrix),
                         .wte = table,
                         .m = m,
                         .dwte = judge_floats(8),
                         .dm = judge_floats(4),
                         .ids = small_ids,
                         .n_tokens = 4,
                         .vocab_size = 4,
                         .d_model = 2};
}

static void try_published(const float *m)
{
    const struct tied p = small_case(small_wte, m);
    const struct outputs out = accept_tied(&p);
    expect_sums(out.dwte, out.dm, &p);
    expect_floats(out.dwte, small_gradient, filled(8, 1e-7), 4, 2);
}

static void try_against_loss(const float *m)
{
    float *table = normals(8);
    double *wte = as_doubles(table, 8), *matrix = m != NULL ? as_doubles(m, 4) : NULL;
    const struct tied p = small_case(table, m);
    double *of_wte = nudge_all(wte, 8, wte, m != NULL ? matrix : one);
    const struct outputs out = accept_tied(&p);
    expect_floats(out.dwte, of_wte, filled(8, 5e-6), 4, 2);
    if (m != NULL)
        expect_floats(out.dm, nudge_all(matrix, 4, wte, matrix), filled(4, 5e-6), 2, 2);
}

static const char nudged[] = "What is wanted was found by nudging each number up and "
                             "down and looking at the loss.";

// ---- 5.1 -------------------------------------------------------------------------------

Test(tied_backward, worked_example)
{
    const float wte[2] = {2, 3}, dlogits[2] = {0.5f, -0.5f}, zeros[2] = {0, 0};
    const uint32_t id = 1;
    const struct tied p = {.dlogits = dlogits,
                           .wte = wte,
                           .dwte = zeros,
                           .ids = &id,
                           .n_tokens = 1,
                           .vocab_size = 2,
                           .d_model = 1};
    // Three positions first: where one word reads itself, many mistakes give the same numbers.
    const float table[12] = {2, 3, -1, 4, 5, -3, 1, -2, 6, 0.5f, 7, -4},
                nothing[12] = {0};
    const float slopes[12] = {0.5f, -0.5f, 0.25f, 2, 1, -3, 0.75f, -1, 4, 1.5f, -2, 3};
    const uint32_t text[3] = {2, 0, 2};
    try_tied(&(struct tied){.dlogits = slopes,
                            .wte = table,
                            .dwte = nothing,
                            .ids = text,
                            .n_tokens = 3,
                            .vocab_size = 4,
                            .d_model = 3});
    try_tied(&p);
    try_random_tied(1, 2, 1, 0);
    try_random_tied(2, 3, 2, 0);
    judge_passed();
}

Test(tied_backward, reference_gradient)
{
    try_published(NULL);
    try_random_tied(4, 4, 2, 0);
    judge_passed();
}

Test(tied_backward, finite_differences)
{
    judge_remark(nudged);
    for (int draw = 0; draw < 3; draw++)
        try_against_loss(NULL);
    judge_passed();
}

Test(tied_backward, random_shapes)
{
    try_shapes(0);
    try_many_tied(0);
    try_rows_of_zeros(0);
    try_scales(0);
    try_nan(0);
    judge_passed();
}

Test(tied_backward, adds_to_what_is_there)
{
    try_shapes(ADDS);
    judge_passed();
}

// Each size by itself; then a table, and a text's rows, that no stack has room for.
Test(tied_backward, large_sizes)
{
    try_tied_once(5003, 3, 2, WHOLE);
    try_tied_once(3, 5003, 2, WHOLE);
    try_tied_once(3, 2, 5003, 0);
    uint32_t *ids = judge_ids(66001); // one word is read more often than 16 bits count
    ids[random_between(1, 66000)] = 1;
    const struct tied often = draw_numbers(ids, 66001, 2, 1, WHOLE);
    try_tied(&often);
    try_tied_once(2, 70001, 1, WHOLE);
    try_tied_once(2, 3, 70001, WHOLE);
    try_tied_once(1, 5003, 431, WHOLE);
    try_tied_once(5003, 2, 431, WHOLE);
    judge_passed();
}

Test(tied_backward, refuses_bad_ids)
{
    try_all_refusals(0);
}

Test(tied_backward, accepts_no_ids)
{
    try_all_of_nothing(0);
}

Test(tied_backward, stays_in_bounds)
{
    try_both_placements(ADDS);
}

// ---- 5.2 -------------------------------------------------------------------------------

Test(tied_projection_backward, worked_example)
{
    const float wte[4] = {5, 0, 1, 2}, m[4] = {1, 3, 2, 0}, dlogits[2] = {0.5f, -0.5f};
    const uint32_t id = 1;
    const struct tied p = {.dlogits = dlogits,
                           .wte = wte,
                           .m = m,
                           .dwte = judge_floats(4),
                           .dm = judge_floats(4),
                           .ids = &id,
                           .n_tokens = 1,
                           .vocab_size = 2,
                           .d_model = 2};
    const double dwte[4] = {2.5, 1.5, -3.5, 2.5}, dm[4] = {2, -1, 4, -2};
    const struct outputs out = accept_tied(&p);
    expect_floats(out.dwte, dwte, NULL, 2, 2);
    expect_floats(out.dm, dm, NULL, 2, 2);
    try_random_tied(1, 2, 2, MATRIX);
    try_random_tied(2, 3, 2, MATRIX);
    judge_passed();
}

// With the matrix that changes nothing, dwte is that of exercise 5.1.
Test(tied_projection_backward, identity_matrix)
{
    static const float identity[4] = {1, 0, 0, 1}, nearly[4] = {1, 0.25f, 0, 1};
    static const float nothing[4] = {0}, diagonal[4] = {2, 0, 0, -1},
                       symmetric[4] = {0.5f, 2, 2, -1};
    try_published(identity);
    judge_remark("m is the matrix that changes nothing: dwte is that of exercise 5.1.");
    for (int draw = 0; draw < 3; draw++) {
        struct tied p = draw_tied(5, 4, 2, MATRIX);
        p.m = identity;
        try_tied(&p);
    }
    judge_remark(NULL);
    struct tied p = draw_tied(5, 4, 2, MATRIX);
    p.m = nearly;
    try_tied(&p);
    p.m = nothing; // dm is not nothing, then
    try_tied(&p);
    p.m = diagonal; // and dm is neither diagonal nor symmetric
    try_tied(&p);
    p.m = symmetric;
    try_tied(&p);
    judge_passed();
}

Test(tied_projection_backward, finite_differences)
{
    judge_remark(nudged);
    for (int draw = 0; draw < 3; draw++)
        try_against_loss(normals(4));
    judge_passed();
}

Test(tied_projection_backward, random_shapes)
{
    try_shapes(MATRIX);
    try_many_tied(MATRIX);
    try_rows_of_zeros(MATRIX);
    try_scales(MATRIX);
    try_nan(MATRIX);
    judge_passed();
}

Test(tied_projection_backward, adds_to_what_is_there)
{
    try_shapes(MATRIX | ADDS);
    judge_passed();
}

// Each size by itself; a matrix, and h and dh of a whole text, that no stack has room for.
Test(tied_projection_backward, large_sizes)
{
    try_tied_once(5003, 3, 2, MATRIX | WHOLE);
    try_tied_once(3, 5003, 2, MATRIX | WHOLE);
    try_tied_once(2, 3, 131, MATRIX);
    try_tied_once(2, 70001, 1, MATRIX | WHOLE);
    try_tied_once(1, 2, 1451, MATRIX | WHOLE);
    try_tied_once(525001, 2, 4, MATRIX | WHOLE);
    judge_passed();
}

Test(tied_projection_backward, refuses_bad_ids)
{
    try_all_refusals(MATRIX);
}

Test(tied_projection_backward, accepts_no_ids)
{
    try_all_of_nothing(MATRIX);
}

Test(tied_projection_backward, stays_in_bounds)
{
    try_both_placements(MATRIX | ADDS);
}

// ---- 5.3 gpt2_parameter_count ----------------------------------------------------------

struct shape {
    size_t vocab_size, max_seq_len, n_layers, d_model;
    bool qkv_bias, tied;
};

static uint64_t count(const struct shape *s)
{
    const uint64_t d = s->d_model, tables = s->tied ? 1 : 2;
    return tables * s->vocab_size * d + s->max_seq_len * d +
           s->n_layers * (12 * d * d + (s->qkv_bias ? 13 : 10) * d) + 2 * d;
}

// *n_params begins as poison, which no model has as its count.
static uint64_t *count_out(void)
{
    return (uint64_t *)(void *)doubles_out(1);
}

static void try_count(const struct shape *s, uint64_t wanted)
{
    fresh_case();
    uint64_t *n_params = count_out();
    expect_accepted(CALL(gpt2_parameter_count, n_params, s->vocab_size, s->max_seq_len,
                         s->n_layers, s->d_model, s->qkv_bias, s->tied),
                    n_params);
    expect(!is_untouched(n_params), "*n_params was never written.");
    expect(*n_params == wanted, "*n_params: got %llu, wanted %llu.",
           (unsigned long long)*n_params, (unsigned long long)wanted);
}

// With and without the bias, with one table and with two: all in one process, and what is
// wrong there once more by itself, so that it is the one that is shown.
static void try_switches(struct shape s)
{
    struct shape all[4] = {s, s, s, s};
    uint64_t *n_params[4];
    size_t wrong = 0;
    fresh_case();
    together();
    for (size_t k = 0; k < 4; k++) {
        all[k].tied = k % 2 == 0;
        all[k].qkv_bias = k < 2;
        (void)CALL(gpt2_parameter_count, n_params[k] = count_out(), s.vocab_size,
                   s.max_seq_len, s.n_layers, s.d_model, all[k].qkv_bias, all[k].tied);
    }
    together_now();
    while (wrong < 4 && returned(wrong) != 0 && *n_params[wrong] == count(&all[wrong]))
        wrong++;
    if (wrong < 4)
        try_count(&all[wrong], count(&all[wrong]));
    expect(wrong == 4, "gpt2_parameter_count is right when it is called once, and wrong "
                       "when the program has called it before: it keeps something from "
                       "call to call (a static or global variable?), and must not.");
}

Test(gpt2_parameter_count, worked_example)
{
    const struct shape tied = {5, 7, 1, 2, true, true};
    const struct shape untied = {5, 7, 1, 2, true, false};
    const struct shape bare = {5, 7, 1, 2, false, false};
    for (int draw = 0; draw < 3; draw++)
        try_switches((struct shape){.vocab_size = random_between(14, 9999),
                                    .max_seq_len = random_between(40, 4000),
                                    .n_layers = random_between(4, 5),
                                    .d_model = random_between(6, 7)});
    try_count(&tied, 102);
    try_count(&untied, 112);
    try_count(&bare, 106);
    judge_passed();
}

// Counted from the published shapes; 124,412,160 and 163,009,536 are what a model without
// the bias of query, key and value has. Then sizes that nobody has published.
Test(gpt2_parameter_count, four_sizes)
{
    static const struct {
        size_t n_layers, d_model;
        uint64_t tied, untied, no_bias;
    } sizes[4] = {{12, 768, 124439808, 163037184, 124412160},
                  {24, 1024, 354823168, 406286336, 354749440},
                  {36, 1280, 774030080, 838359040, 773891840},
                  {48, 1600, 1557611200, 1638022400, 1557380800}};
    for (size_t k = 0; k < 4; k++) {
        struct shape s = {50257, 1024, sizes[k].n_layers, sizes[k].d_model, true, true};
        try_count(&s, sizes[k].tied);
        s.tied = false;
        try_count(&s, sizes[k].untied);
        s.tied = true;
        s.qkv_bias = false;
        try_count(&s, sizes[k].no_bias);
        try_switches((struct shape){.vocab_size = 50257,
                                    .max_seq_len = 1024,
                                    .n_layers = random_between(2, 50),
                                    .d_model = random_between(300, 30000)});
        s.max_seq_len = random_between(1100, 9999); // a known width, and other tables
        s.vocab_size = k % 2 == 0 ? 50257 : random_between(300, 99999);
        try_switches(s);
    }
    const struct shape small = {50257, 1024, 12, 768, false, false};
    try_count(&small, 163009536);
    judge_passed();
}

Test(gpt2_parameter_count, random_models)
{
    for (int draw = 0; draw < 8; draw++) {
        struct shape s = {.vocab_size = draw == 4 ? 1 : random_between(2, 5000),
                          .max_seq_len = draw == 5 ? 1 : random_between(2, 700),
                          .n_layers = draw == 3 ? 0 : random_between(2, 90),
                          .d_model = draw == 6 ? 1 : random_between(2, 300)};
        s.vocab_size = draw == 7 ? s.max_seq_len : s.vocab_size;
        try_switches(s);
    }
    static const size_t more[5][4] = {// two of the sizes are the same number
                                      {0, 9, 3, 0},
                                      {0, 9, 0, 5},
                                      {7, 0, 0, 5},
                                      {7, 0, 3, 0},
                                      {7, 9, 0, 0}};
    for (size_t k = 0; k < 5; k++) {
        const size_t n = random_between(4, 90);
        try_switches((struct shape){.vocab_size = n + more[k][0],
                                    .max_seq_len = n + more[k][1],
                                    .n_layers = n + more[k][2],
                                    .d_model = n + more[k][3]});
    }
    judge_passed();
}

// Where d d, 12 d d, a table, a whole model leave an int, a uint32_t, a double, an int64_t.
// The last sizes are drawn, so that the sum is odd and its last bit counts.
Test(gpt2_parameter_count, beyond_32_bits)
{
    static const size_t sizes[][4] = {
        {50257, 2048, 96, 12288}, // GPT-3
        {5, 7, 1, 16384},         {5, 7, 2, 20000},      {5, 7, 1, 46341},
        {5, 7, 1, 65536},         {5, 7, 3, 70001},      {3000000, 16, 1, 4096},
        {16, 3000000, 1, 4096},   {70001, 3, 0, 70001},  {3, 70001, 0, 70001},
        {7, 3, 4000037, 2048},    {7, 3, 300007, 30011}, {4000000007u, 5, 1, 4000037},
        {5, 4000000007u, 1, 401}, {5, 3, 1, 1100000011},
    };
    const size_t n = sizeof sizes / sizeof *sizes;
    for (size_t k = 0; k < n; k++)
        try_switches((struct shape){.vocab_size = sizes[k][0] + random_between(0, 9),
                                    .max_seq_len = sizes[k][1] + random_between(0, 9),
                                    .n_layers = sizes[k][2],
                                    .d_model = sizes[k][3]});
#if SIZE_MAX > UINT32_MAX
    for (size_t k = 0; k < 2; k++)
        try_switches((struct shape){
            .vocab_size = (k == 0 ? (size_t)1 << 32 : 0) + random_between(1, 99),
            .max_seq_len = (k == 1 ? (size_t)1 << 32 : 0) + random_between(1, 99),
            .n_layers = 2,
            .d_model = random_between(2, 99)});
    const size_t beyond = (size_t)1 << 32;
    // sizes whose low 32 bits, or the low 64 of whose product, are 0
    try_switches((struct shape){.vocab_size = beyond,
                                .max_seq_len = beyond,
                                .n_layers = 1,
                                .d_model = 1024 * random_between(1, 9)});
    try_switches((struct shape){.vocab_size = 3,
                                .max_seq_len = 5,
                                .n_layers = 0,
                                .d_model = 2 * beyond + random_between(1, 99)});
#endif
    judge_passed();
}

static void refuse_count(const struct shape *s)
{
    fresh_case();
    uint64_t *n_params = count_out();
    expect_refused(CALL(gpt2_parameter_count, n_params, s->vocab_size, s->max_seq_len,
                        s->n_layers, s->d_model, s->qkv_bias, s->tied),
                   n_params,
                   s->vocab_size == 0    ? "vocab_size is 0"
                   : s->max_seq_len == 0 ? "max_seq_len is 0"
                                         : "d_model is 0");
}

// One size of 0, two of them, all three; between small and large others; without layers too.
Test(gpt2_parameter_count, refuses_zero)
{
    const struct shape small = {6, 4, 2, 3, true, false}, none = {6, 4, 0, 3, true, true},
                       large = {70001, 70001, 70001, 70001, false, true};
    const struct shape *all[] = {&small, &none, &large};
    for (size_t k = 0; k < 3; k++) {
        struct shape s = *all[k];
        s.vocab_size += random_between(0, 9999);
        s.max_seq_len += random_between(0, 999);
        try_switches(s);
        for (int zeros = 1; zeros < 8; zeros++) {
            struct shape bad = s;
            bad.vocab_size = zeros & 1 ? 0 : s.vocab_size;
            bad.max_seq_len = zeros & 2 ? 0 : s.max_seq_len;
            bad.d_model = zeros & 4 ? 0 : s.d_model;
            refuse_count(&bad);
            if (zeros == 1)
                try_switches(s);
        }
        try_switches(s);
    }
    judge_passed();
}

// ---- 5.4 entropy_at_scale --------------------------------------------------------------

// The softmax of the scores and its entropy, and how much a change of the scores by one
// changes it.
struct softmax {
    double entropy, spread, largest_size;
};

static struct softmax softmax_of(const float *h, const float *wte, double scale,
                                 size_t vocab_size, size_t d)
{
    double *z = judge_doubles(vocab_size), *share = judge_doubles(vocab_size);
    double largest = -INFINITY, sum = 0, weighted = 0;
    struct softmax out = {0, 0, 0};
    for (size_t v = 0; v < vocab_size; v++) {
        double sizes = 0;
        for (size_t i = 0; i < d; i++)
            sizes += fabs((double)h[i] * (double)wte[v * d + i]);
        z[v] = scale * dot_product(h, wte + v * d, d);
        largest = fmax(largest, z[v]);
        out.largest_size = fmax(out.largest_size, fabs(scale) * sizes);
    }
    for (size_t v = 0; v < vocab_size; v++) {
        z[v] -= largest;
        sum += share[v] = exp(z[v]);
        weighted += z[v] * share[v];
    }
    const double mean = weighted / sum;
    for (size_t v = 0; v < vocab_size; v++)
        out.spread += share[v] * fabs(z[v] - mean) / sum;
    out.entropy = log(sum) - mean;
    return out;
}

// What rounding may do: the result is a float, and the sums are doubles. EXACT: so are the
// products, whether h is stretched first or the score. Else each of them may be a float.
enum precision { EXACT, ROUNDED };

static double entropy_allows(const struct softmax *right, size_t vocab_size, size_t d,
                             enum precision precision)
{
    const double of_product = precision == EXACT ? 0 : 3 * 0x1p-24,
                 of_sum = (double)(d + 2) * 0x1p-53;
    return 0x1p-23 * fabs(right->entropy) +
           2 * (of_product + of_sum) * right->largest_size * right->spread +
           (double)(vocab_size + 16) * 0x1p-51 * (1 + right->entropy);
}

static void try_entropy(const float *vector, const float *table, float scale,
                        size_t vocab_size, size_t d, enum precision precision)
{
    const struct softmax right = softmax_of(vector, table, (double)scale, vocab_size, d);
    fresh_case();
    const float *h = floats_in(vector, d), *wte = floats_in(table, vocab_size * d);
    expect_number("the entropy",
                  (double)CALL(entropy_at_scale, h, wte, scale, vocab_size, d),
                  right.entropy, entropy_allows(&right, vocab_size, d, precision));
}

static void try_entropy_once(size_t vocab_size, size_t d, double scale)
{
    const float *h = normals(d), *wte = normals(vocab_size * d);
    try_entropy(h, wte, (float)(scale / sqrt((double)d)), vocab_size, d, ROUNDED);
}

static void try_random_entropy(size_t vocab_size, size_t d, double scale)
{
    const float *h = normals(d), *wte = normals(vocab_size * d);
    const float s = (float)(scale / sqrt((double)d));
    try_entropy(h, wte, s, vocab_size, d, ROUNDED);
    try_entropy(h, one_other(wte, vocab_size * d), s, vocab_size, d, ROUNDED);
    try_entropy(one_other(h, d), wte, s, vocab_size, d, ROUNDED);
    try_entropy(h, wte, s, vocab_size, d, ROUNDED);
    try_entropy(h, wte, 1.25f * s, vocab_size, d, ROUNDED);
}

// h and the scale may be of any size, if only the scores are not.
static void try_sizes(double of_h, double of_rows, double of_scale)
{
    const float *h = scaled(normals(4), 4, of_h), *wte = scaled(normals(24), 24, of_rows);
    try_entropy(h, wte, (float)of_scale, 6, 4, ROUNDED);
    try_entropy(h, wte, -(float)of_scale, 6, 4, ROUNDED);
}

// Every width, and every number of words up to 33, in one process.
static void try_many_entropies(void)
{
    enum { N = N_WIDTHS + 33, MOST = 5 * WIDEST };
    const float *vector = normals(WIDEST), *table = normals(MOST);
    size_t n_right = 0;
    struct {
        size_t vocab_size, d;
        float scale;
    } all[N];
    fresh_case();
    const float *h = floats_in(vector, WIDEST), *wte = floats_in(table, MOST);
    together();
    for (size_t k = 0; k < N; k++) {
        all[k].vocab_size = k < N_WIDTHS ? 3 + k % 3 : k - N_WIDTHS + 1;
        all[k].d = k < N_WIDTHS ? width_of(k) : 5 + k % 3;
        all[k].scale =
            (k % 2 == 0 ? 0.9f : -0.9f) * (k % 4 < 2 ? 1 : 0.2f) / sqrtf((float)all[k].d);
        (void)CALL(entropy_at_scale, h, wte, all[k].scale, all[k].vocab_size, all[k].d);
    }
    together_now();
    for (; n_right < N; n_right++) {
        const size_t vocab_size = all[n_right].vocab_size, d = all[n_right].d;
        const struct softmax right =
            softmax_of(vector, table, (double)all[n_right].scale, vocab_size, d);
        if (!(fabs(returned(n_right) - right.entropy) <=
              entropy_allows(&right, vocab_size, d, ROUNDED))) {
            try_entropy(vector, table, all[n_right].scale, vocab_size, d, ROUNDED);
            break;
        }
    }
    expect_no_memory(n_right == N, "entropy_at_scale");
}

// h begins with 0, one row is all zeros, and two are equal.
static void try_entropy_of_zeros(void)
{
    float *h = normals(4), *wte = normals(6 * 4);
    h[0] = 0;
    memset(wte + 2 * 4, 0, 4 * sizeof *wte);
    memcpy(wte + 5 * 4, wte + 1 * 4, 4 * sizeof *wte);
    try_entropy(h, wte, 0.8f, 6, 4, ROUNDED);
}

static const float small_h[2] = {1, 2}, small_rows[3 * 2] = {1, 0, 0, 1, 1, 1};

// PyTorch's softmax in 64 bits, and the chapter's example of two words.
Test(entropy_at_scale, reference_numbers)
{
    static const float scales[3] = {2, 0.5f, 1}, unit[1] = {1}, two[2] = {0, 1.0986123f};
    static const double wanted[3] = {0.441057444, 1.02019134, 0.832395582};
    for (size_t k = 0; k < 3; k++) {
        fresh_case();
        const float *h = floats_in(small_h, 2), *wte = floats_in(small_rows, 6);
        expect_number("the entropy",
                      (double)CALL(entropy_at_scale, h, wte, scales[k], 3, 2), wanted[k],
                      1e-6);
    }
    for (size_t k = 0; k < 3; k++)
        try_entropy(unit, two, (float)k, 2, 1, ROUNDED);
    try_random_entropy(3, 2, 1.5);
    judge_passed();
}

Test(entropy_at_scale, random_vectors)
{
    static const size_t sizes[6][2] = {{7, 3}, {40, 6}, {5, 9}, {300, 4}, {2, 1}, {1, 3}};
    static const double scales[6] = {1.7, 0.3, -1.6, 2.9, 2.5, 1.5};
    for (size_t k = 0; k < 6; k++)
        try_random_entropy(sizes[k][0] + random_between(0, k < 4 ? 4 : 0), sizes[k][1],
                           scales[k]);
    for (int draw = 0; draw < 4; draw++) // a little below ln(vocab_size)
        try_entropy_once(20, 4, 0.01 * (double)random_between(1, 5));
    try_entropy_once(6, 6, 1.2); // as many words as numbers
    try_many_entropies();
    try_entropy_of_zeros();
    try_sizes(1, 0.3, 7.3);
    try_sizes(1e-30, 1e-8, 3e38);
    try_sizes(0.01, 1, 321.7);
    try_sizes(1e-30, 1, 1e30);
    try_sizes(1e36, 1, 1e-36);
    try_sizes(1, 1e-30, 1e30);
    try_sizes(1e25, 1e-25, 1);
    try_sizes(1e-12, 1e12, 1);
    try_sizes(0, 1, 1);
    try_sizes(1, 0, 1);
    judge_passed();
}

Test(entropy_at_scale, scale_zero)
{
    try_random_entropy(6, 4, 1);
    judge_remark("With scale 0 all scores are equal: the entropy is ln(vocab_size).");
    for (int draw = 0; draw < 3; draw++) {
        const size_t vocab_size = random_between(3, 40);
        const float *h = normals(4), *wte = normals(vocab_size * 4);
        try_entropy(h, wte, 0.0f, vocab_size, 4, ROUNDED);
        try_entropy(h, wte, -0.0f, vocab_size, 4, ROUNDED);
    }
    judge_passed();
}

// Scores level, level - 1, level - 2 ... in any order, some of them twice; d_model is 1.
static void try_level(double level, float scale)
{
    enum { N = 7 };
    float rows[N];
    const float unit = 1;
    for (size_t v = 0; v < N; v++)
        rows[v] = (float)((level - (double)random_between(0, 4)) / (double)scale);
    try_entropy(&unit, rows, scale, N, 1, EXACT);
}

// Equal scores of any size, beyond a float's too: each is the sum of two products.
static void try_far_level(float half)
{
    enum { N = 9 };
    float rows[2 * N];
    const float ones[2] = {1, 1};
    for (size_t k = 0; k < 2 * N; k++)
        rows[k] = half;
    try_entropy(ones, rows, 1, random_between(3, N), 2, EXACT);
}

// One score so far above the others that e^z of the difference is more than a double holds,
// while that of its opposite is not 0 yet.
static void try_gap(float level, float scale, size_t n, size_t at)
{
    const float unit = 1;
    float *rows = judge_floats(n);
    for (size_t v = 0; v < n; v++)
        rows[v] = (level - 735) / scale;
    if (at + 1 < n)
        rows[1] = (level - 1) / scale; // and one near it
    rows[at] = level / scale;
    try_entropy(&unit, rows, scale, n, 1, EXACT);
}

Test(entropy_at_scale, large_scores)
{
    static const double levels[] = {40, 100, 1000, 20000, -20, -100, -1000, -20000};
    try_random_entropy(9, 3, 1);
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        try_level(levels[k], 1);
        try_level(levels[k], 0.25f);
    }
    try_level(-2000, -0.5f);
    try_level(2000, -2);
    try_gap((float)random_between(0, 300), 1, 60, random_between(2, 59));
    try_gap((float)random_between(800, 3000), 1, 60, random_between(2, 59));
    try_gap((float)random_between(800, 3000), -1, 60, random_between(2, 59));
    try_gap((float)random_between(800, 3000), 1, 64, 63);
    for (int power = 5; power <= 35; power += 5)
        for (int sign = -1; sign <= 1; sign += 2)
            try_far_level((float)(sign * pow(10, power)));
    try_far_level(2e38f);
    try_far_level(-2e38f);
    judge_passed();
}

// One word ahead, and many others that are nearly nothing each, or nothing at all.
static void try_vanishing(float ahead, size_t vocab_size, float behind)
{
    float *rows = judge_floats(vocab_size);
    const float unit = 1;
    for (size_t v = 0; v < vocab_size; v++)
        rows[v] = ahead - behind - (v % 2 == 0 ? 0 : 0.5f);
    rows[random_between(0, vocab_size - 1)] = ahead;
    try_entropy(&unit, rows, 1, vocab_size, 1, EXACT);
}

Test(entropy_at_scale, vanishing_shares)
{
    try_random_entropy(7, 3, 1);
    for (size_t k = 0; k < 3; k++)
        try_vanishing((float)random_between(1, 9), random_between(3, 9),
                      k == 0   ? 800
                      : k == 1 ? 30000
                               : 120);
    try_vanishing(2, 3, 20); // a small entropy is not 0
    try_vanishing(2, 3, 27);
    try_vanishing(0, 2003, 12);
    try_vanishing(2, 20011, 32);
    try_vanishing(3, 20011, 18);
    try_vanishing(-5, 20011, 24);
    try_vanishing(4, 5003, 37);
    judge_passed();
}

// Scores that only a double tells apart: large terms that cancel, and small differences of
// large scores.
static void try_cancelling(size_t d)
{
    enum { N = 4 };
    float *h = judge_floats(d), *rows = judge_floats(N * d);
    for (size_t i = 0; i < d; i++)
        h[i] = i == 0 ? 1e8f : i == d - 1 ? -1e8f : 1;
    for (size_t v = 0; v < N; v++) {
        for (size_t i = 0; i < d; i++)
            rows[v * d + i] = i == 0 || i == d - 1 ? 1 : 0;
        rows[v * d + 1 + v % (d - 2)] = (float)random_between(1, 12) / 4;
    }
    try_entropy(h, rows, 1, N, d, EXACT);
    try_entropy(h, rows, -0.5f, N, d, EXACT);
}

static void try_small_differences(void)
{
    enum { N = 5 };
    float rows[2 * N];
    const float ones[2] = {1, 1};
    for (size_t v = 0; v < N; v++) {
        rows[2 * v] = 16777216;
        rows[2 * v + 1] = (float)random_between(0, 9) / 4;
    }
    try_entropy(ones, rows, 1, N, 2, EXACT);
    try_entropy(ones, rows, -1, N, 2, EXACT);
}

Test(entropy_at_scale, sums_in_double)
{
    try_random_entropy(8, 5, 1);
    judge_remark("A float has 24 bits: 16,777,216 + 1 is 16,777,216 again. Do the sums "
                 "in double.");
    try_cancelling(3);
    try_cancelling(9);
    try_small_differences();
    judge_passed();
}

// Three different scores, each of many words, more than a stack has room for.
static void try_millions(size_t vocab_size)
{
    enum { N_OTHER = 300007 };
    const float unit = 1, values[3] = {0, (float)random_between(1, 8) / 4, -1.5f};
    size_t counts[3] = {vocab_size, 0, 0};
    double sum = 0, weighted = 0;
    fresh_case();
    float *wte = sparse_floats_in(vocab_size);
    const size_t first = random_between(0, vocab_size - N_OTHER);
    for (size_t v = first; v < first + N_OTHER; v++) {
        const size_t k = v % 2 + 1;
        wte[v] = values[k];
        counts[k]++;
        counts[0]--;
    }
    judge_seal(wte);
    for (size_t k = 0; k < 3; k++) {
        sum += (double)counts[k] * exp((double)values[k]);
        weighted += (double)counts[k] * (double)values[k] * exp((double)values[k]);
    }
    const float *h = floats_in(&unit, 1);
    const double wanted = log(sum) - weighted / sum;
    expect_number("the entropy", (double)CALL(entropy_at_scale, h, wte, 1, vocab_size, 1),
                  wanted, 1e-6 * wanted);
}

// Rows, and an h, of more numbers than a stack has room for. All but a few are 0.
static void try_wide_rows(size_t d)
{
    float few[2 * 8], of_h[8];
    fresh_case();
    float *h = sparse_floats_in(d), *wte = sparse_floats_in(2 * d);
    for (size_t i = 0; i < 8; i++) {
        const size_t at = i < 4 ? i : d - 1 - i;
        h[at] = of_h[i] = (float)random_between(1, 9) / 8;
        wte[at] = few[i] = (float)random_between(0, 9) / 8;
        wte[d + at] = few[8 + i] = (float)random_between(0, 9) / 8;
    }
    judge_seal(h);
    judge_seal(wte);
    const struct softmax right = softmax_of(of_h, few, 0.5, 2, 8);
    expect_number("the entropy", (double)CALL(entropy_at_scale, h, wte, 0.5f, 2, d),
                  right.entropy, entropy_allows(&right, 2, d, EXACT));
}

Test(entropy_at_scale, large_sizes)
{
    try_entropy_once(5003, 3, 2);
    try_entropy_once(3, 5003, 2);
    try_entropy_once(11, 771, 2);
    try_entropy_once(1031, 67, 2);
    try_wide_rows(2200003);
    judge_passed();
}

Test(entropy_at_scale, millions_of_words)
{
    try_millions(2200003);
    judge_passed();
}

Test(entropy_at_scale, refuses_empty)
{
    try_random_entropy(4, 3, 1);
    for (int empty = 0; empty < 6; empty++) {
        const size_t vocab_size = empty % 3 == 0 ? 4 : 0, d = empty % 3 == 1 ? 3 : 0;
        const float scale = empty < 3 ? 1 : 0;
        fresh_case();
        const float *h = floats_in(normals(3), 3), *wte = floats_in(normals(12), 12);
        const float got = CALL(entropy_at_scale, h, wte, scale, vocab_size, d);
        expect(isnan(got), "entropy_at_scale must return NAN where a size is 0; got %g.",
               (double)got);
        if (empty == 0)
            try_random_entropy(4, 3, 1);
    }
    try_random_entropy(4, 3, 1);
    judge_passed();
}

Test(entropy_at_scale, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_entropy(7, 5, 0.8);
    }
    judge_passed();
}

// ---- 5.5 logit_lens --------------------------------------------------------------------

// The best words by z; of equal ones the smaller id first.
static uint32_t *best_words(const double *z, size_t n_top, size_t vocab_size)
{
    uint32_t *top = judge_ids(n_top);
    bool *used = (bool *)judge_ids(vocab_size / sizeof(uint32_t) + 1);
    for (size_t k = 0; k < n_top; k++) {
        size_t best = vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            if (!used[v] && (best == vocab_size || z[v] > z[best]))
                best = v;
        used[best] = true;
        top[k] = (uint32_t)best;
    }
    return top;
}

static void try_lens(const float *vector, const float *table, size_t n_top,
                     size_t vocab_size, size_t d)
{
    double *z = judge_doubles(vocab_size);
    for (size_t v = 0; v < vocab_size; v++)
        z[v] = dot_product(vector, table + v * d, d);
    fresh_case();
    const float *h = floats_in(vector, d), *wte = floats_in(table, vocab_size * d);
    uint32_t *top = ids_out(n_top);
    expect_accepted(CALL(logit_lens, top, h, wte, n_top, vocab_size, d), top);
    expect_ids(top, best_words(z, n_top, vocab_size), n_top);
}

static void try_lens_once(size_t n_top, size_t vocab_size, size_t d)
{
    try_lens(normals(d), normals(vocab_size * d), n_top, vocab_size, d);
}

static void try_random_lens(size_t n_top, size_t vocab_size, size_t d)
{
    const float *h = normals(d), *wte = normals(vocab_size * d);
    try_lens(h, wte, n_top, vocab_size, d);
    try_lens(normals(d), wte, n_top, vocab_size, d);
    try_lens(h, normals(vocab_size * d), n_top, vocab_size, d);
}

// Whole numbers: many logits are equal.
static void try_tied_lens(size_t n_top, size_t vocab_size, size_t d, uint32_t most)
{
    try_lens(wholes(d, most), wholes(vocab_size * d, most), n_top, vocab_size, d);
}

static void try_last_word_first(size_t n_top, size_t vocab_size, size_t d)
{
    float *h = normals(d), *wte = normals(vocab_size * d);
    for (size_t i = 0; i < d; i++)
        wte[(vocab_size - 1) * d + i] = 1000 * h[i];
    try_lens(h, wte, n_top, vocab_size, d);
}

// Every width, and every number of words up to 33, in one process: all words, or all but one.
enum { N_LENSES = N_WIDTHS + 2 * 33, MOST_PLACES = 33 };
struct lens {
    size_t n_top, vocab_size, d;
};

static struct lens shape_of_lens(size_t k)
{
    if (k < N_WIDTHS)
        return (struct lens){13, 13, width_of(k)};
    const size_t words = (k - N_WIDTHS) / 2 + 1;
    return (struct lens){words - (words > 1 && k % 2 == 0), words, 2 + k % 4};
}

static void try_many_lenses(void)
{
    enum { MOST = 13 * WIDEST };
    const float *vector = normals(WIDEST), *table = normals(MOST);
    size_t n_right = 0;
    fresh_case();
    const float *h = floats_in(vector, WIDEST), *wte = floats_in(table, MOST);
    uint32_t *top = ids_out(N_LENSES * MOST_PLACES);
    together();
    for (size_t k = 0; k < N_LENSES; k++) {
        const struct lens c = shape_of_lens(k);
        (void)CALL(logit_lens, top + k * MOST_PLACES, h, wte, c.n_top, c.vocab_size, c.d);
    }
    together_now();
    for (; n_right < N_LENSES; n_right++) {
        const struct lens c = shape_of_lens(n_right);
        double z[MOST_PLACES];
        for (size_t v = 0; v < c.vocab_size; v++)
            z[v] = dot_product(vector, table + v * c.d, c.d);
        if (returned(n_right) == 0 ||
            memcmp(top + n_right * MOST_PLACES, best_words(z, c.n_top, c.vocab_size),
                   c.n_top * sizeof *top) != 0) {
            try_lens(vector, table, c.n_top, c.vocab_size, c.d);
            break;
        }
    }
    expect_no_memory(n_right == N_LENSES, "logit_lens");
}

// Calls of which each differs from the one before in n_top, the last row or h.
static void try_one_lens_changed(void)
{
    const float *h = normals(3);
    float *wte = normals(6 * 3);
    try_lens(h, wte, 2, 6, 3);
    try_lens(h, wte, 4, 6, 3);
    for (int sign = -1; sign <= 1;
         sign += 2) { // the last word is the last, then the first
        for (size_t i = 0; i < 3; i++)
            wte[5 * 3 + i] = (float)(100 * sign) * h[i];
        try_lens(h, wte, 6, 6, 3);
    }
    const float other[3] = {h[0], h[1], -100 * h[2]};
    try_lens(other, wte, 6, 6, 3);
}

// A row of zeros is a word like any other, and one that is short may stand before it. A zero
// in h is a number like any other.
static void try_short_rows(void)
{
    float *h = normals(3), *wte = normals(8 * 3);
    memset(wte + 2 * 3, 0, 3 * sizeof *wte);
    for (size_t i = 0; i < 3; i++)
        wte[5 * 3 + i] = 1e-5f * h[i];
    try_lens(h, wte, 8, 8, 3);
    h[random_between(0, 1)] = 0; // others stand behind it
    try_lens(h, wte, 8, 8, 3);
}

// Logits in order, upwards and downwards.
static void try_sorted_lens(size_t n_top, size_t vocab_size)
{
    const float unit = 1, minus = -1;
    float *rows = judge_floats(vocab_size);
    for (size_t v = 0; v < vocab_size; v++)
        rows[v] = (float)v - 7;
    try_lens(&unit, rows, n_top, vocab_size, 1);
    try_lens(&minus, rows, n_top, vocab_size, 1);
}

Test(logit_lens, worked_example)
{
    static const float rows[8] = {1, 0, 0, 1, 1, 1, 3, 0};
    try_last_word_first(5, 12, 2);
    try_random_lens(5, 12, 2);
    try_lens(small_h, rows, 3, 4, 2);
    try_random_lens(3, 4, 2);
    judge_passed();
}

Test(logit_lens, random_tables)
{
    static const size_t sizes[6][3] = {{8, 40, 3}, {4, 9, 5}, {5, 5, 7},
                                       {1, 13, 2}, {3, 8, 1}, {1, 1, 3}};
    for (size_t k = 0; k < 6; k++)
        try_random_lens(sizes[k][0], sizes[k][1], sizes[k][2]);
    try_many_lenses();
    try_one_lens_changed();
    try_short_rows();
    try_sorted_lens(4, 9);
    try_sorted_lens(21, 21);
    try_lens_once(16, 48, 16); // whole blocks
    try_last_word_first(1, random_between(5, 9), 3);
    try_last_word_first(5, 16, 2);
    judge_passed();
}

// One number a row: the logits are those of `values` in a drawn order, h is 1 or `h`.
static void try_logits(float h, const float *values, size_t n, size_t n_top)
{
    float *rows = judge_floats(n);
    memcpy(rows, values, n * sizeof *rows);
    for (size_t v = n; v-- > 1;) {
        const size_t other = random_between(0, v);
        const float exchanged = rows[v];
        rows[v] = rows[other];
        rows[other] = exchanged;
    }
    try_lens(&h, rows, n_top, n, 1);
}

// All logits below 0, near it and as far as two floats multiply; then all 0 but a few.
Test(logit_lens, negative_logits)
{
    enum { N = 6 };
    static const float below[N] = {-3, -1, -8, -9, -2, -5},
                       zeros[N] = {0, 0, 1, -1, 0, 0};
    static const float factors[] = {1, 1e-30f, 1e-6f, 1e4f, 1e9f, 1e20f, 1e37f};
    for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
        float values[N];
        for (size_t v = 0; v < N; v++)
            values[v] = below[v] * factors[k];
        try_logits(1, values, N, 3);
        try_logits(factors[k], values, N, N);
        try_logits(-factors[k], values, N, 2);
        if (k % 3 == 0) // the best alone, for which there may be a path of its own
            try_lens(factors, values, 1, N, 1);
    }
    try_logits(1, zeros, N, N);
    try_logits(1, zeros, N, 3);
    try_lens_once(3, 9, 4);
    judge_passed();
}

// Many equal logits, among them 0 and -0, and rows that differ where their logits do not.
Test(logit_lens, ties)
{
    static const float rows[8] = {1, 3, -1, 3, 1, 3, -1, 1};
    static const float zeros[8] = {0, -0.0f, 0, -0.0f, -0.0f, 0, 1, -1};
    for (size_t n_top = 1; n_top <= 8; n_top++) {
        try_logits(2, rows, 8, n_top);
        try_logits(1, zeros, 8, n_top);
        try_logits(0, rows, 8, n_top); // all of them are 0
    }
    try_tied_lens(9, 12, 3, 1);
    try_tied_lens(40, 40, 2, 2);
    try_tied_lens(401, 401, 2, 1);
    static const float primes[3] = {3, 5, 7}, unit = 1; // equal sums of other products
    try_lens(primes, wholes(90 * 3, 9), 90, 90, 3);
    try_lens(&unit, judge_floats(211), 211, 211, 1); // all equal
    judge_passed();
}

// A float sees no difference between these logits: of many terms, of large ones, of ones
// that cancel, and of products that are too small, too large or too long for it.
static void try_long_sums(void)
{
    enum { N = 4097, ROWS = 6 };
    float *h = judge_floats(N), *table = judge_floats(ROWS * N);
    for (size_t i = 0; i < N; i++)
        h[i] = 1;
    for (size_t v = 0; v < ROWS; v++) {
        const float part = (float)random_between(1, 4) / 8;
        for (size_t i = 0; i < N; i++)
            table[v * N + i] = i == 0 ? 16777216.0f : part;
    }
    try_lens(h, table, 3, ROWS, N);
}

static void try_cancelling_logits(void)
{
    const float h[3] = {1e8f, 1, -1e8f};
    float rows[6 * 3];
    for (size_t v = 0; v < 6; v++) {
        rows[v * 3] = rows[v * 3 + 2] = (float)random_between(1, 9);
        rows[v * 3 + 1] = (float)random_between(0, 3) / 2;
    }
    try_lens(h, rows, 4, 6, 3);
    rows[1] = 0; // the first word is not the best
    rows[5 * 3 + 1] = 2;
    try_lens(h, rows, 1, 6, 3);
}

static void try_close_products(void)
{
    const float h = 1 + 0x1p-12f;
    float rows[5];
    for (size_t v = 0; v < 5; v++)
        rows[v] = 1 + (float)(v % 3) * 0x1p-23f;
    try_logits(h, rows, 5, 5);
    const float pairs[2][2] = {{0x1p24f, 1}, {0x1p48f, 1}};
    float large[6 * 2];
    for (size_t v = 0; v < 6; v++) {
        large[2 * v] = 1;
        large[2 * v + 1] = (float)random_between(0, 4) / 4;
    }
    try_lens(pairs[0], large, 4, 6, 2);
    try_lens(pairs[1], large, 4, 6, 2);
}

Test(logit_lens, sums_in_double)
{
    static const float nearby[5] = {1e-8f, 3e-8f, 2e-8f, -1e-8f, 4e-8f};
    static const float small[5] = {1e-30f, 2e-30f, 4e-30f, -1e-30f, 1e-40f};
    static const float large[5] = {1e30f, 2e30f, 4e30f, -1e30f, -3e30f};
    try_random_lens(3, 5, 4);
    judge_remark(
        "A float has 24 bits, and ends at 3.4e38 and 1.4e-45: compute the logits "
        "in double, products and sums.");
    try_long_sums();
    try_cancelling_logits();
    try_close_products();
    try_logits(1, nearby, 5, 5);
    try_logits(1e-30f, small, 5, 5);
    try_logits(1e30f, large, 5, 5);
    judge_passed();
}

// More places than 1,024. Who looks through top for each word takes a while, and is right:
// the time of three more calls is his.
static void try_many_places(size_t n_top, size_t vocab_size)
{
    const float unit = 1, *rows = wholes(vocab_size, 99);
    fresh_case();
    const float *h = floats_in(&unit, 1), *wte = floats_in(rows, vocab_size);
    uint32_t *few = ids_out(1), *top = ids_out(n_top);
    together();
    for (int k = 0; k < 3; k++)
        (void)CALL(logit_lens, few, h, wte, 1, vocab_size, 1);
    (void)CALL(logit_lens, top, h, wte, n_top, vocab_size, 1);
    together_now();
    expect_accepted(returned(3) == 1, top);
    expect_ids(top, best_words(as_doubles(rows, vocab_size), n_top, vocab_size), n_top);
}

// Each size by itself, and ties among many.
Test(logit_lens, large_sizes)
{
    try_lens_once(3, 5003, 5);
    try_lens_once(3, 5, 5003);
    try_tied_lens(603, 611, 3, 2);
    try_many_places(1031, 1031);
    try_tied_lens(7, 70001, 2, 9);
    try_tied_lens(1, 5003, 2, 9);
    try_tied_lens(2, 3, 70001, 9);
    judge_passed();
}

// More words than a stack has room for; all logits are 0 but a few. Sorting them all takes
// a while, and is right.
Test(logit_lens, millions_of_words)
{
    enum { N_TOP = 3 };
    const size_t vocab_size = 2200003;
    const float unit = 1;
    const uint32_t first = (uint32_t)random_between(0, 999),
                   last = (uint32_t)vocab_size - 1 - (uint32_t)random_between(0, 999),
                   same = first + 65536; // in 16 bits
    const uint32_t wanted[N_TOP] = {last, first, same};
    fresh_case();
    float *wte = sparse_floats_in(vocab_size);
    wte[first] = 1;
    wte[last] = 2;
    wte[same] = 0.5f;
    judge_seal(wte);
    const float *h = floats_in(&unit, 1);
    uint32_t *top = ids_out(N_TOP);
    expect_accepted(CALL(logit_lens, top, h, wte, N_TOP, vocab_size, 1), top);
    expect_ids(top, wanted, N_TOP);
    judge_passed();
}

static void refuse_lens(size_t n_top, size_t vocab_size, size_t d, const char *why)
{
    fresh_case();
    const float *h = floats_in(normals(d + 1), d + 1);
    const float *wte =
        floats_in(normals((vocab_size + 1) * (d + 1)), (vocab_size + 1) * (d + 1));
    uint32_t *top = ids_out(vocab_size + 4);
    expect_refused(CALL(logit_lens, top, h, wte, n_top, vocab_size, d), top, why);
}

Test(logit_lens, refuses_bad_sizes)
{
    static const char too_many[] = "n_top is more than there are words";
    try_random_lens(4, 4, 3);
    refuse_lens(5, 4, 3, too_many);
    try_random_lens(4, 4, 3);
    refuse_lens(0, 4, 3, "n_top is 0");
    refuse_lens(2, 4, 0, "d_model is 0");
    refuse_lens(2, 0, 3, "vocab_size is 0");
    refuse_lens(0, 0, 3, "n_top and vocab_size are 0");
    refuse_lens(0, 4, 0, "n_top and d_model are 0");
    refuse_lens(5, 4, 0, "n_top is more than there are words, and d_model is 0");
    refuse_lens(0, 0, 0, "all sizes are 0");
    refuse_lens(1004, 1003, 2, too_many);
    refuse_lens(SIZE_MAX, 4, 3, too_many);
#if SIZE_MAX > UINT32_MAX
    refuse_lens(((size_t)1 << 32) + 2, 4, 3, too_many);
#endif
    try_random_lens(4, 4, 3);
    judge_passed();
}

Test(logit_lens, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_lens(3, 7, 5);
    }
    judge_passed();
}
