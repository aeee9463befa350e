// Tests of chapter 1, lookup. A suite is a function, a test one thing that can be wrong.
#include "01_lookup.h"
#include "judge.h"

#include "calls/01_lookup.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(1);

// The table that torch.manual_seed(123); torch.nn.Embedding(6, 3) prints (PyTorch 1.13, to
// nine digits; chapter 2 makes it in C).
static const float torch_table[6][3] = {
    {0.337370187f, -0.177777216f, -0.16895628f},
    {0.917764604f, 1.58096957f, 1.30103993f},
    {1.27530122f, -0.200953096f, -0.160563782f},
    {-0.401488006f, 0.966571569f, -1.14814401f},
    {-1.15886784f, 0.325471014f, -0.63150537f},
    {-2.83999395f, -0.784853339f, -1.40957248f},
};

// An id that a vocabulary does not have, and where among n ids it stands.
enum { FIRST = 1, MIDDLE = 2, LAST = 4, EVERYWHERE = 8 };

struct bad_id {
    int where;
    uint32_t id;
    const char *why;
};

// The first of a list of bad ids are about the place, the others about the id. In this order
// each mistake about a place is the first to fail at one of them, and has a name.
enum { N_PLACES = 5, N_BAD = 8 };

static void list_bad_ids(struct bad_id bad[N_BAD], size_t vocab_size)
{
    const uint32_t beyond = (uint32_t)vocab_size;
    const struct bad_id list[N_BAD] = {
        {EVERYWHERE, beyond,
         "all ids are vocab_size, and the largest allowed is one less"},
        {FIRST, beyond,
         "the first id is vocab_size, and the largest allowed is one less"},
        {MIDDLE | LAST, beyond, "an id in the middle and the last are vocab_size"},
        {MIDDLE, beyond, "an id in the middle is vocab_size"},
        {LAST, beyond, "the last id is vocab_size, and the largest allowed is one less"},
        {MIDDLE, 65537, "an id in the middle is 65537, far from below vocab_size"},
        {LAST, 0x80000000u, "the last id is 2147483648, far from below vocab_size"},
        {FIRST, UINT32_MAX, "the first id is 4294967295, far from below vocab_size"},
    };
    memcpy(bad, list, sizeof list);
}

static void put_bad_id(uint32_t *ids, size_t n, struct bad_id bad)
{
    for (size_t t = 0; t < n; t++)
        if (bad.where & EVERYWHERE || (bad.where & FIRST && t == 0) ||
            (bad.where & MIDDLE && t == n / 2) || (bad.where & LAST && t == n - 1))
            ids[t] = bad.id;
}

// ---- sizes, and texts, that tell a loop in blocks from one that counts ---------------

// Every size up to 68, and larger ones: what is left over behind blocks of any length.
enum { N_SIZES = 68 + 12 };

static size_t nth_size(size_t k)
{
    static const size_t large[] = {96,  127, 128, 129, 192,  255,
                                   256, 257, 512, 768, 1024, 1025};
    return k < 68 ? k + 1 : large[k - 68];
}

static void fail_among_many(void)
{
    expect(false, "Among many calls one gave another answer than alone, when the program "
                  "had made others before: a function keeps nothing from call to call.");
}

// Texts of six whose ends, or beginnings, look like the whole of another.
enum { N_PATTERNS = 8 };
static const uint32_t patterns[N_PATTERNS][6] = {
    {2, 2, 5, 7, 1, 2}, // not the same word throughout
    {0, 4, 4, 1, 3, 5}, // not the words in their order
    {3, 4, 5, 1, 0, 8}, {1, 1, 1, 4, 4, 8}, {8, 7, 5, 4, 2, 0},
    {6, 6, 6, 6, 6, 6}, {4, 1, 4, 1, 4, 7}, {2, 3, 4, 5, 6, 7},
};

// A bad id at each place of texts of a few lengths.
enum { N_LENGTHS = 10, MOST_BAD_TEXTS = 163, MOST_BAD_IDS = 6489 };
static const size_t bad_lengths[N_LENGTHS] = {2, 3, 4, 5, 6, 7, 13, 23, 33, 67};

struct bad_text {
    size_t at, n; // among the ids
};

static size_t list_bad_texts(struct bad_text *texts, uint32_t *ids, size_t vocab_size)
{
    size_t n_texts = 0, at = 0;
    for (size_t l = 0; l < N_LENGTHS; l++)
        for (size_t place = 0; place < bad_lengths[l]; place++) {
            const size_t n = bad_lengths[l];
            fill_ids(ids + at, n, vocab_size);
            ids[at + place] = (uint32_t)vocab_size;
            texts[n_texts++] = (struct bad_text){at, n};
            at += n;
        }
    return n_texts;
}

// ---- 1.1 one_hot ---------------------------------------------------------------------

static void try_one_hot(const uint32_t *values, size_t n_tokens, size_t vocab_size)
{
    double *wanted = judge_doubles(n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        wanted[t * vocab_size + values[t]] = 1;
    fresh_case();
    const uint32_t *ids = ids_in(values, n_tokens);
    float *out = floats_out(n_tokens * vocab_size);
    expect_accepted(CALL(one_hot, out, ids, n_tokens, vocab_size), out);
    expect_floats(out, wanted, NULL, n_tokens, vocab_size);
}

static void try_one_text(size_t n_tokens, size_t vocab_size)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    ids[random_between(0, n_tokens > 1)] = (uint32_t)vocab_size - 1;
    ids[n_tokens / 2] = 0;
    ids[n_tokens - 1] = (uint32_t)vocab_size - 1;
    try_one_hot(ids, n_tokens, vocab_size);
}

// Two texts of the same sizes, one after the other in the same place: in the second, two
// words of the first have changed places.
static void try_random_one_hot(size_t n_tokens, size_t vocab_size)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    ids[n_tokens / 2] = 0;
    ids[n_tokens - 1] = (uint32_t)vocab_size - 1;
    try_one_hot(ids, n_tokens, vocab_size);
    exchange(ids, n_tokens);
    try_one_hot(ids, n_tokens, vocab_size);
}

// Many texts in one process; one that went wrong is tried once more, alone.
struct text {
    size_t n_tokens, vocab_size;
    const uint32_t *ids; // NULL: drawn, with the last word
    size_t id_at, out_at;
};

// A text's own ids, or drawn ones of which the last is the vocabulary's last.
static void lay_out(uint32_t *ids, const struct text *x)
{
    if (x->ids != NULL) {
        memcpy(ids, x->ids, x->n_tokens * sizeof *ids);
        return;
    }
    fill_ids(ids, x->n_tokens, x->vocab_size);
    ids[x->n_tokens - 1] = (uint32_t)x->vocab_size - 1;
}

static void try_texts(struct text *texts, size_t n)
{
    size_t n_ids = 0, n_out = 0;
    for (size_t k = 0; k < n; k++) {
        texts[k].id_at = n_ids;
        texts[k].out_at = n_out;
        n_ids += texts[k].n_tokens;
        n_out += texts[k].n_tokens * texts[k].vocab_size;
    }
    uint32_t *values = judge_ids(n_ids);
    double *wanted = judge_doubles(n_out);
    for (size_t k = 0; k < n; k++) {
        const struct text *x = &texts[k];
        uint32_t *ids = values + x->id_at;
        lay_out(ids, x);
        for (size_t t = 0; t < x->n_tokens; t++)
            wanted[x->out_at + t * x->vocab_size + ids[t]] = 1;
    }
    fresh_case();
    const uint32_t *ids = ids_in(values, n_ids);
    float *out = floats_out(n_out);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(one_hot, out + texts[k].out_at, ids + texts[k].id_at, texts[k].n_tokens,
             texts[k].vocab_size);
    together_now();
    for (size_t k = 0; k < n; k++) {
        const struct text *x = &texts[k];
        if (returned(k) != 0 && all_close(out + x->out_at, wanted + x->out_at, NULL,
                                          x->n_tokens * x->vocab_size))
            continue;
        try_one_hot(values + x->id_at, x->n_tokens, x->vocab_size);
        fail_among_many();
    }
}

static void try_every_text(void)
{
    struct text texts[3 * N_SIZES + N_PATTERNS];
    uint32_t *shifted = judge_ids(N_PATTERNS * 6);
    const uint32_t shift = (uint32_t)random_between(0, 1) * 3;
    size_t n = 0;
    for (size_t k = 0; k < N_SIZES; k++) {
        texts[n++] = (struct text){1 + k % 3, nth_size(k), NULL, 0, 0};
        texts[n++] = (struct text){nth_size(k), 2, NULL, 0, 0};
        if (nth_size(k) <= 33) // as many tokens as words
            texts[n++] = (struct text){nth_size(k), nth_size(k), NULL, 0, 0};
    }
    for (size_t p = 0; p < N_PATTERNS; p++) {
        for (size_t t = 0; t < 6; t++)
            shifted[p * 6 + t] = patterns[p][t] + shift * (p != 1);
        texts[n++] = (struct text){6, 13, shifted + p * 6, 0, 0};
    }
    try_texts(texts, n);
}

Test(one_hot, worked_example)
{
    // The longer text first: with two rows of three many mistakes give the same numbers.
    const uint32_t text[] = {2, 0}, longer[] = {2, 0, 3};
    try_one_hot(longer, 3, 5);
    try_one_hot(text, 2, 3);
    try_random_one_hot(3, random_between(40, 900));
    judge_passed();
}

Test(one_hot, random_ids)
{
    const uint32_t only[] = {0, 0, 0};
    for (int draw = 0; draw < 4; draw++) {
        size_t vocab_size = random_between(5, 60), n_tokens = random_between(3, 20);
        try_random_one_hot(n_tokens + (n_tokens == vocab_size), vocab_size);
    }
    try_every_text();
    try_one_hot(only, 1, 1);
    try_one_hot(only, 3, 1);
    uint32_t last = (uint32_t)random_between(2, 30);
    try_one_hot(&last, 1, last + 1u);
    judge_passed();
}

// Beyond what a byte, a short array or a 16-bit count holds.
Test(one_hot, large_sizes)
{
    try_one_text(65543, 2);
    try_one_text(4, 70001);
    try_one_text(131, 1031);
    judge_passed();
}

static void refuse_one_hot(const uint32_t *values, size_t n_tokens, size_t vocab_size,
                           const char *why)
{
    fresh_case();
    const uint32_t *ids = ids_in(values, n_tokens);
    // One row more than asked for, so that a 1 behind the last row is seen as a change.
    float *out = floats_out((n_tokens + 1) * vocab_size + 1);
    expect_refused(CALL(one_hot, out, ids, n_tokens, vocab_size), out, why);
}

static void refuse_at_each_place(size_t vocab_size)
{
    struct bad_text texts[MOST_BAD_TEXTS];
    uint32_t *values = judge_ids(MOST_BAD_IDS);
    const size_t n = list_bad_texts(texts, values, vocab_size);
    fresh_case();
    const uint32_t *ids = ids_in(values, MOST_BAD_IDS);
    float *out = floats_out(68 * vocab_size + 1);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(one_hot, out, ids + texts[k].at, texts[k].n, vocab_size);
    together_now();
    const bool is_whole = is_untouched(out);
    for (size_t k = 0; k < n; k++)
        if (returned(k) != 0 || (!is_whole && k < 40))
            refuse_one_hot(values + texts[k].at, texts[k].n, vocab_size,
                           "one of the ids is vocab_size");
    if (!is_whole)
        fail_among_many();
}

static void refuse_random_one_hot(size_t n_tokens, size_t vocab_size, size_t n_bad)
{
    struct bad_id bad[N_BAD];
    list_bad_ids(bad, vocab_size);
    for (size_t k = 0; k < n_bad; k++) {
        uint32_t *ids = random_ids(n_tokens, vocab_size);
        put_bad_id(ids, n_tokens, bad[k]);
        refuse_one_hot(ids, n_tokens, vocab_size, bad[k].why);
    }
}

// 65,536 bad ids behind a good one: whoever counts them in 8 or 16 bits counts none.
static const uint32_t *many_bad_ids(void)
{
    uint32_t *ids = judge_ids(65537);
    for (size_t t = 1; t < 65537; t++)
        ids[t] = 1;
    return ids;
}

Test(one_hot, refuses_bad_ids)
{
    const uint32_t some[] = {0, 1}, last[] = {UINT32_MAX, UINT32_MAX};
    try_random_one_hot(4, random_between(40, 90));
    refuse_random_one_hot(3, 7, N_BAD);
    refuse_random_one_hot(1, random_between(2, 9), 1);
    refuse_random_one_hot(3, random_between(70, 300), 1);
    // The bad one behind vocab_size others, and behind 65,536, too.
    refuse_random_one_hot(9, random_between(2, 5), N_PLACES);
    refuse_random_one_hot(65543, 2, N_PLACES);
    refuse_at_each_place(random_between(2, 5));
    refuse_one_hot(many_bad_ids(), 65537, 1, "all ids but the first are vocab_size");
    refuse_one_hot(some, 2, 0, "with vocab_size 0 no id is below it");
    refuse_one_hot(last, 2, 0, "with vocab_size 0 no id is below it");
    try_random_one_hot(3, 7);
    judge_passed();
}

static void try_no_ids(size_t vocab_size)
{
    const uint32_t none[] = {0};
    fresh_case();
    const uint32_t *ids = ids_in(none, 0);
    float *out = floats_out(4);
    expect(
        CALL(one_hot, out, ids, 0, vocab_size),
        "one_hot must return true for no ids: nothing is wrong, there is nothing to do.");
    expect(is_untouched(out), "one_hot wrote to out although there are no ids.");
}

Test(one_hot, accepts_no_ids)
{
    try_random_one_hot(3, 4);
    try_no_ids(4);
    try_no_ids(0);
    try_random_one_hot(5, random_between(40, 90));
    judge_passed();
}

Test(one_hot, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_one_hot(5, random_between(31, 63));
    }
    judge_passed();
}

// ---- 1.2 matmul and 1.4 linear_forward -----------------------------------------------

// A product of [rows][inner] and [inner][columns] numbers, or of [columns][inner] for a
// Linear layer.
struct product {
    const float *a, *b;
    size_t rows, inner, columns;
    bool is_linear, is_exact; // exact: all numbers are small and whole
    size_t rows_behind;       // of a: they can be read, and do not count
};

// The sums, and how far a sum of n floats in any order may be from them: (n - 1) 2^-24 of
// the sum of sizes, and each product another 2^-24 (Higham, Accuracy and Stability, sec.
// 4.2); twice that, and what is lost below the smallest normal float.
static void sums(double *wanted, double *allowed, const struct product *p)
{
    const size_t next_column = p->is_linear ? p->inner : 1,
                 next_term = p->is_linear ? 1 : p->columns;
    for (size_t r = 0; r < p->rows; r++)
        for (size_t c = 0; c < p->columns; c++) {
            const float *a = p->a + r * p->inner, *b = p->b + c * next_column;
            double sum = 0, sizes = 0;
            for (size_t k = 0; k < p->inner; k++) {
                const double term = (double)a[k] * (double)b[k * next_term];
                sum += term;
                sizes += fabs(term);
            }
            wanted[r * p->columns + c] = sum;
            allowed[r * p->columns + c] = isfinite(sizes) && !p->is_exact
                                              ? sizes * (double)(p->inner + 1) * 0x1p-23 +
                                                    (double)p->inner * 0x1p-148
                                              : 0;
        }
}

static void try_product(const struct product *p)
{
    const size_t n = p->rows * p->columns;
    double *wanted = judge_doubles(n), *allowed = judge_doubles(n);
    sums(wanted, allowed, p);
    fresh_case();
    const float *a = floats_in(p->a, (p->rows + p->rows_behind) * p->inner);
    const float *b = floats_in(p->b, p->inner * p->columns);
    float *out = floats_out(n);
    const bool good = p->is_linear
                          ? CALL(linear_forward, out, a, b, p->rows, p->inner, p->columns)
                          : CALL(matmul, out, a, b, p->rows, p->inner, p->columns);
    expect_accepted(good, out);
    expect_floats(out, wanted, allowed, p->rows, p->columns);
}

static void try_shape_once(size_t rows, size_t inner, size_t columns, bool is_linear)
{
    try_product(&(struct product){normals(rows * inner), normals(inner * columns), rows,
                                  inner, columns, is_linear, false, 0});
}

// Twice the same shape, in the same place: the second time one number in the middle of each
// matrix is another.
static void try_shape(size_t rows, size_t inner, size_t columns, bool is_linear)
{
    const size_t n = rows * inner, m = inner * columns;
    const float *a = normals(n), *b = normals(m);
    try_product(&(struct product){a, b, rows, inner, columns, is_linear, false, 0});
    a = with_a_change(a, n);
    b = with_a_change(b, m);
    try_product(&(struct product){a, b, rows, inner, columns, is_linear, false, 0});
}

// Many shapes in one process, all of the same numbers; one that went wrong is tried once
// more, alone.
static void try_shapes(size_t (*shapes)[3], size_t n, bool is_linear)
{
    size_t n_a = 0, n_b = 0, n_out = 0, at = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t *s = shapes[k];
        n_a = s[0] * s[1] > n_a ? s[0] * s[1] : n_a;
        n_b = s[1] * s[2] > n_b ? s[1] * s[2] : n_b;
        n_out += s[0] * s[2];
    }
    struct product p = {normals(n_a), normals(n_b), 0, 0, 0, is_linear, false, 0};
    double *wanted = judge_doubles(n_out), *allowed = judge_doubles(n_out);
    fresh_case();
    const float *a = floats_in(p.a, n_a), *b = floats_in(p.b, n_b);
    float *out = floats_out(n_out);
    together();
    for (size_t k = 0; k < n; at += shapes[k][0] * shapes[k][2], k++) {
        const size_t *s = shapes[k];
        if (is_linear)
            CALL(linear_forward, out + at, a, b, s[0], s[1], s[2]);
        else
            CALL(matmul, out + at, a, b, s[0], s[1], s[2]);
    }
    together_now();
    at = 0;
    for (size_t k = 0; k < n; at += shapes[k][0] * shapes[k][2], k++) {
        p.rows = shapes[k][0];
        p.inner = shapes[k][1];
        p.columns = shapes[k][2];
        sums(wanted + at, allowed + at, &p);
        if (returned(k) != 0 &&
            all_close(out + at, wanted + at, allowed + at, p.rows * p.columns))
            continue;
        try_product(&p);
        fail_among_many();
    }
}

// Also of vectors: a single row, term or column, for which there may be a path of its own.
static void try_every_shape(bool is_linear)
{
    size_t shapes[13 * N_SIZES][3], n = 0;
    for (size_t k = 0; k < N_SIZES; k++) {
        const size_t s = nth_size(k);
        const size_t these[7][3] = {{2, s, 3}, {s, 2, 3}, {3, 2, s}, {s, s, 2},
                                    {s, 2, s}, {2, s, s}, {s, s, s}};
        const size_t n_these = // two are equal, or all
            s > 34 && s != 64     ? 3
            : s > 20 && s % 8 > 0 ? 6
                                  : 7;
        memcpy(shapes + n, these, n_these * sizeof *these);
        n += n_these;
        const size_t vectors[6][3] = {{1, s, 3}, {1, 3, s}, {2, 1, s},
                                      {s, 1, 2}, {3, s, 1}, {s, 3, 1}};
        memcpy(shapes + n, vectors, (s > 34 ? 0 : 6) * sizeof *vectors);
        n += s > 34 ? 0 : 6;
    }
    try_shapes(shapes, n, is_linear);
}

// Half of the numbers are zeros, in both.
static float *half_zeros(size_t n)
{
    float *values = normals(n);
    for (size_t i = 0; i < n; i++)
        values[i] = judge_random() % 2 ? values[i] : 0;
    return values;
}

// Among zeros: no sum ends at one, and a matrix that begins as the identity is none. The
// rows of a have the same ends.
static void try_many_zeros(bool is_linear)
{
    float *a = half_zeros(16 * 9), *b = half_zeros(9 * 5);
    float *square = half_zeros(9 * 9);
    for (size_t r = 0; r < 16; r++) {
        a[r * 9] = r < 8 ? 0.5f : 0;
        a[r * 9 + 8] = r < 8 ? -2 : 0;
    }
    square[0] = 1;
    square[1] = 0;
    b[0] = 0;
    try_product(&(struct product){a, b, 16, 9, 5, is_linear, false, 0});
    try_product(&(struct product){square, b, 9, 9, 5, is_linear, false, 0});
}

// Shapes of three different sizes each, among them a single row, term and column. The first
// have more terms than columns, the next fewer: so one of two wrong strides stays inside
// its array, and has a name.
static void try_random_shapes(bool is_linear)
{
    for (int draw = 0; draw < 7; draw++) {
        size_t rows = draw == 4 ? 1 : random_between(2, 13);
        size_t inner = draw == 5 ? 1 : random_between(30, 40);
        size_t columns = draw == 6 ? 1 : random_between(14, 27);
        if (draw == 2 || draw == 3) {
            size_t exchange = inner;
            inner = columns;
            columns = exchange;
        }
        (draw < 4 ? try_shape : try_shape_once)(rows, inner, columns, is_linear);
    }
    try_every_shape(is_linear);
    try_shape_once(1, 64, 1, is_linear);
    try_many_zeros(is_linear);
}

// So long a sum that rounding may leave little of it, of numbers that are not rounded.
static void try_long_sums(size_t rows, size_t inner, size_t columns, bool is_linear)
{
    float *a = judge_floats(rows * inner), *b = judge_floats(inner * columns);
    for (size_t k = 0; k < rows * inner; k++)
        a[k] = (float)random_between(0, 2) - 1;
    for (size_t k = 0; k < inner * columns; k++)
        b[k] = (float)random_between(0, 2) - 1;
    try_product(&(struct product){a, b, rows, inner, columns, is_linear, true, 0});
}

// Each size by itself, and more than tiles of 64 in all three.
static void try_large_shapes(bool is_linear)
{
    try_shape_once(65543, 1, 2, is_linear);
    try_shape_once(17, 5003, 5, is_linear);
    try_shape_once(1, 3, 65543, is_linear);
    try_long_sums(2, 65543, 1, is_linear);
    try_shape_once(67, 131, 129, is_linear);
}

static float *scaled_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)((double)values[i] * scale);
    return values;
}

// Numbers of every size that a float has: small ones are not zero.
static void try_scales(bool is_linear)
{
    static const double scales[][2] = {{1, 1e-8}, {1, 1e-20}, {1, 1e-36},   {1, 1e-39},
                                       {1, 1e12}, {1, 1e30},  {1e-36, 1e30}};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        try_product(&(struct product){scaled_normals(3 * 7, scales[s][0]),
                                      scaled_normals(7 * 5, scales[s][1]), 3, 7, 5,
                                      is_linear, false, 0});
}

static const float small_left[9] = {1, -2, 0.5f, 3, 0, -1, 4, 0.25f, -5};
static const float small_right[12] = {2, 1, 0, -1, 4, -3, 5, 2, 0.5f, 8, -6, 7};

// Each size by itself, two of them, and all; then one of them beside ones.
static void refuse_empty(bool is_linear)
{
    static const size_t ones[3][3] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}};
    for (size_t empty = 0; empty < 7 + 3; empty++) {
        size_t n[3] = {empty % 2 == 0 ? 0 : 2, empty / 2 % 2 == 0 ? 0 : 3,
                       empty / 4 == 0 ? 0 : 4};
        if (empty >= 7)
            memcpy(n, ones[empty - 7], sizeof n);
        fresh_case();
        const float *a = floats_in(small_left, 6), *b = floats_in(small_right, 12);
        float *out = floats_out(12);
        const bool good = is_linear ? CALL(linear_forward, out, a, b, n[0], n[1], n[2])
                                    : CALL(matmul, out, a, b, n[0], n[1], n[2]);
        expect_refused(good, out, "a size is 0");
    }
}

static void try_both_placements(bool is_linear)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_shape(5, 7, 3, is_linear);
        try_shape(3, 5, 7, is_linear);
    }
}

// Rows with a 1, a sum of 1 or a length of 1, or all three as floats, that are no one-hot
// rows.
static const float nearly_one_hot[7 * 3] = {1,     -1,   1, 0,    1, 2,     0.6f,
                                            0.8f,  0,    0, 0,    1, 1,     0,
                                            1e-3f, 0.5f, 0, 0.5f, 1, 1e-4f, -1e-4f};
static const float longer_ones[3 * 6] = {0, 0, 1, 0, 0, 1e-3f, 0, -1, 1,
                                         1, 0, 0, 1, 0, 0,     0, 0,  1};

// The same array twice.
static void try_square_of(bool is_linear)
{
    const size_t n = random_between(3, 6);
    struct product p = {normals(n * n), NULL, n, n, n, is_linear, false, 0};
    double *wanted = judge_doubles(n * n), *allowed = judge_doubles(n * n);
    p.b = p.a;
    sums(wanted, allowed, &p);
    fresh_case();
    judge_case("Both matrices are the same array.");
    const float *a = floats_in(p.a, n * n);
    float *out = floats_out(n * n);
    const bool good = is_linear ? CALL(linear_forward, out, a, a, n, n, n)
                                : CALL(matmul, out, a, a, n, n, n);
    expect_accepted(good, out);
    expect_floats(out, wanted, allowed, n, n);
}

// One row first, where a wrong step from row to row of b stays in b, as one
// of out does in the next. There a row more of a can be read, so that a wrong step there
// shows in the numbers, and has a name, before the other tests see it read past the end.
static void try_worked_product(bool is_linear)
{
    static const float row[] = {2, 3, -1}, b[] = {1, 0, 4, 2, 5, 1, 0, 1, 1, 2, 3, 6};
    static const float x[] = {1, 4, 2}, weight[] = {10, 20, 30, 11, 21, 31};
    if (is_linear)
        try_product(&(struct product){x, weight, 1, 3, 2, true, false, 0});
    else
        try_product(&(struct product){row, b, 1, 3, 4, false, false, 0});
    try_product(&(struct product){small_left, small_right, 2, 3, 4, is_linear, false, 1});
    try_product(
        &(struct product){nearly_one_hot, small_right, 7, 3, 4, is_linear, false, 0});
    try_product(
        &(struct product){longer_ones, small_right, 3, 6, 2, is_linear, false, 0});
    try_square_of(is_linear);
    try_shape(2, 3, 4, is_linear);
}

Test(matmul, worked_example)
{
    try_worked_product(false);
    judge_passed();
}

Test(matmul, random_shapes)
{
    try_random_shapes(false);
    judge_passed();
}

Test(matmul, large_sizes)
{
    try_large_shapes(false);
    try_scales(false);
    judge_passed();
}

// What 0 x NaN and 0 x infinity are is this chapter's last section: NaN. Row `at` of b is
// `poison` where a holds zeros, in its last row nothing else, and one column of a where b
// does.
static void poison_product(float poison, size_t inner, size_t at)
{
    float left[4 * 5] = {0}, right[5 * 2], none[5 * 2] = {0}, *a = normals(3 * inner);
    fill_normal(right, 2 * inner);
    left[0 * inner + (at + 1) % inner] = 1;
    left[1 * inner + (at + 2) % inner] = left[2 * inner + (at + 1) % inner] = 1;
    right[at * 2 + 0] = right[at * 2 + 1] = poison;
    try_product(&(struct product){left, right, 4, inner, 2, false, false, 0});
    a[0 * inner + at] = a[2 * inner + (at + 1) % inner] = poison;
    none[(at + 2) % inner * 2] = 1;
    try_product(&(struct product){a, none, 3, inner, 2, false, false, 0});
}

// Sums beyond all floats are infinite (or NaN, where what rounding takes away is kept).
static void keep_overflow(bool is_linear)
{
    float *left = normals(3 * 4), *right = normals(4 * 2);
    for (size_t i = 0; i < 3 * 4; i++)
        left[i] = (i < 4 ? -1e20f : 1e20f) * (1 + fabsf(left[i]));
    for (size_t i = 0; i < 4 * 2; i++)
        right[i] = 1e30f * (1 + fabsf(right[i]));
    fresh_case();
    const float *a = floats_in(left, 12), *b = floats_in(right, 8);
    float *out = floats_out(6);
    const bool good = is_linear ? CALL(linear_forward, out, a, b, 3, 4, 2)
                                : CALL(matmul, out, a, b, 3, 4, 2);
    expect_accepted(good, out);
    for (size_t i = 0; i < 6; i++)
        expect(!isfinite(out[i]),
               "out[%zu][%zu] is %g, and the sum is beyond all floats.", i / 2, i % 2,
               (double)out[i]);
}

// An infinite term leaves no finite sum. (It may leave NaN, where what rounding takes away
// is kept and added later.)
static void keep_infinity(float poison, bool is_linear)
{
    float *left = normals(3 * 4), *right = normals(4 * 2);
    const float *other = right + (is_linear ? 3 : 3 * 2), *first = right;
    left[2 * 4 + 1] = poison;
    left[0] = poison; // and an infinity of each sign leave NaN
    left[3] = *first * *other > 0 ? -poison : poison;
    fresh_case();
    const float *a = floats_in(left, 12), *b = floats_in(right, 8);
    float *out = floats_out(6);
    const bool good = is_linear ? CALL(linear_forward, out, a, b, 3, 4, 2)
                                : CALL(matmul, out, a, b, 3, 4, 2);
    expect_accepted(good, out);
    for (size_t c = 0; c < 2; c++)
        expect(!isfinite(out[2 * 2 + c]), "out[2][%zu] is %g, and a term of it is %g.", c,
               (double)out[2 * 2 + c],
               (double)poison * (double)right[is_linear ? c * 4 + 1 : 1 * 2 + c]);
    expect(isnan(out[0]), "out[0][0] is %g: an infinity less an infinity is NaN.",
           (double)out[0]);
}

Test(matmul, keeps_nan)
{
    poison_product(NAN, 4, 1);
    poison_product(INFINITY, 4, 2);
    poison_product(INFINITY, 5, 4);
    poison_product(-INFINITY, 3, 0);
    keep_infinity(INFINITY, false);
    keep_overflow(false);
    try_shape(3, 4, 2, false);
    judge_passed();
}

Test(matmul, refuses_empty)
{
    try_shape(2, 3, 4, false);
    refuse_empty(false);
    try_shape(2, 3, 4, false);
    judge_passed();
}

Test(matmul, stays_in_bounds)
{
    try_both_placements(false);
    judge_passed();
}

Test(linear_forward, worked_example)
{
    try_worked_product(true);
    judge_passed();
}

Test(linear_forward, random_shapes)
{
    try_random_shapes(true);
    judge_passed();
}

Test(linear_forward, large_sizes)
{
    try_large_shapes(true);
    try_scales(true);
    keep_infinity(NAN, true);
    keep_infinity(-INFINITY, true);
    keep_overflow(true);
    judge_passed();
}

Test(linear_forward, refuses_empty)
{
    try_shape(2, 3, 4, true);
    refuse_empty(true);
    try_shape(2, 3, 4, true);
    judge_passed();
}

Test(linear_forward, stays_in_bounds)
{
    try_both_placements(true);
    judge_passed();
}

// ---- 1.3 embedding_forward -----------------------------------------------------------

static void try_lookup(const float *table, const uint32_t *values, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    double *wanted = judge_doubles(n_tokens * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            wanted[t * d_model + i] = (double)table[values[t] * d_model + i];
    fresh_case();
    const float *wte = floats_in(table, vocab_size * d_model);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *out = floats_out(n_tokens * d_model);
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);
    expect_floats(out, wanted, NULL, n_tokens, d_model);
}

// Three times the same sizes in the same place: another table, and then one in which a
// single number is another, and two ids have changed places.
static void try_random_lookup(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    const float *table = normals(vocab_size * d_model);
    try_lookup(normals(vocab_size * d_model), ids, n_tokens, vocab_size, d_model);
    try_lookup(table, ids, n_tokens, vocab_size, d_model);
    exchange(ids, n_tokens);
    try_lookup(with_a_change(table, vocab_size * d_model), ids, n_tokens, vocab_size,
               d_model);
}

// Many lookups in one process; one that went wrong is tried once more, alone.
static void try_lookups(struct text *texts, const size_t *d_model, size_t n)
{
    size_t n_ids = 0, n_out = 0, n_table = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t n_numbers = texts[k].vocab_size * d_model[k];
        texts[k].id_at = n_ids;
        texts[k].out_at = n_out;
        n_ids += texts[k].n_tokens;
        n_out += texts[k].n_tokens * d_model[k];
        n_table = n_numbers > n_table ? n_numbers : n_table;
    }
    const float *table = normals(n_table);
    uint32_t *values = judge_ids(n_ids);
    double *wanted = judge_doubles(n_out);
    for (size_t k = 0; k < n; k++) {
        const struct text *x = &texts[k];
        uint32_t *ids = values + x->id_at;
        lay_out(ids, x);
        for (size_t i = 0; i < x->n_tokens * d_model[k]; i++)
            wanted[x->out_at + i] =
                (double)table[ids[i / d_model[k]] * d_model[k] + i % d_model[k]];
    }
    fresh_case();
    const float *wte = floats_in(table, n_table);
    const uint32_t *ids = ids_in(values, n_ids);
    float *out = floats_out(n_out);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(embedding_forward, out + texts[k].out_at, wte, ids + texts[k].id_at,
             texts[k].n_tokens, texts[k].vocab_size, d_model[k]);
    together_now();
    for (size_t k = 0; k < n; k++) {
        const struct text *x = &texts[k];
        if (returned(k) != 0 && all_close(out + x->out_at, wanted + x->out_at, NULL,
                                          x->n_tokens * d_model[k]))
            continue;
        try_lookup(table, values + x->id_at, x->n_tokens, x->vocab_size, d_model[k]);
        fail_among_many();
    }
}

static void try_every_lookup(void)
{
    struct text texts[4 * N_SIZES + N_PATTERNS];
    size_t d_model[4 * N_SIZES + N_PATTERNS], n = 0;
    for (size_t k = 0; k < N_SIZES; k++) {
        const size_t s = nth_size(k);
        d_model[n] = 3;
        texts[n++] = (struct text){s, 5, NULL, 0, 0};
        d_model[n] = 2;
        texts[n++] = (struct text){1 + k % 3, s, NULL, 0, 0};
        d_model[n] = s;
        texts[n++] = (struct text){1 + k % 3, 5, NULL, 0, 0};
        d_model[n] = s <= 33 ? s : 2; // as many tokens as words, and numbers
        texts[n++] = (struct text){s, s, NULL, 0, 0};
    }
    for (size_t p = 0; p < N_PATTERNS; p++) {
        d_model[n] = random_between(1, 5);
        texts[n++] = (struct text){6, 9, patterns[p], 0, 0};
    }
    try_lookups(texts, d_model, n);
}

// One of the words is among the last.
static void try_late_word(const float *table, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    ids[random_between(0, n_tokens - 1)] =
        (uint32_t)(vocab_size - 1 - random_between(0, vocab_size / 200));
    try_lookup(table, ids, n_tokens, vocab_size, d_model);
}

Test(embedding_forward, reference_rows)
{
    const uint32_t small_ids[] = {3, 1, 0, 2, 1}, ids[] = {2, 3, 5, 1};
    const uint32_t text[] = {2, 1, 2};
    // Rows that are longer than there are rows, or words in the text: most wrong steps from
    // row to row stay inside the arrays, and have a name.
    const float long_rows[] = {10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25,
                               30, 31, 32, 33, 34, 35, 40, 41, 42, 43, 44, 45};
    try_lookup(long_rows, text, 3, 4, 6);
    try_lookup(torch_table[0], ids, 4, 6, 3);
    try_lookup(torch_table[0], small_ids, 5, 6, 3);
    try_lookup(torch_table[0], random_ids(7, 6), 7, 6, 3);
    try_lookup(normals(18), ids, 4, 6, 3);
    judge_passed();
}

Test(embedding_forward, random_tables)
{
    for (int draw = 0; draw < 6; draw++) {
        // Long rows first: there a wrong stride stays inside the table, and has a name.
        size_t vocab_size = draw == 4 ? 1 : random_between(5, 40);
        size_t d_model = draw == 5  ? 1
                         : draw < 2 ? vocab_size + 3
                                    : random_between(2, 30);
        d_model += d_model == vocab_size;
        const size_t n_tokens = random_between(3, 16);
        if (draw < 4)
            try_random_lookup(n_tokens, vocab_size, d_model);
        else
            try_late_word(normals(vocab_size * d_model), n_tokens, vocab_size, d_model);
    }
    try_every_lookup();
    try_late_word(normals(9 * 5), 1, 9, 5); // a single one
    try_late_word(normals(9), 1, 9, 1);
    judge_passed();
}

Test(embedding_forward, large_sizes)
{
    const float *table = normals(66013 * 2);
    try_late_word(normals(5 * 2), 65543, 5, 2);
    try_late_word(table, 3, 66013, 2);
    try_late_word(table, 3, 66013, 2);
    try_late_word(normals(3 * 66013), 2, 3, 66013);
    try_late_word(normals(1031 * 67), 129, 1031, 67);
    judge_passed();
}

// A readable row stands behind the last one, so that an id that is one too large is seen
// as accepted, not as a crash.
static void refuse_ids(const uint32_t *values, size_t n_tokens, size_t vocab_size,
                       size_t d_model, const char *why)
{
    const size_t n = (vocab_size + 1) * d_model;
    fresh_case();
    const float *wte = floats_in(normals(n), n);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *out = floats_out(n_tokens * d_model);
    expect_refused(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                   out, why);
}

static void refuse_lookup(size_t n_tokens, size_t vocab_size, size_t d_model,
                          struct bad_id bad)
{
    uint32_t *values = random_ids(n_tokens, vocab_size + (vocab_size == 0));
    put_bad_id(values, n_tokens, bad);
    refuse_ids(values, n_tokens, vocab_size, d_model, bad.why);
}

static void refuse_lookup_at_each_place(size_t vocab_size)
{
    struct bad_text texts[MOST_BAD_TEXTS];
    uint32_t *values = judge_ids(MOST_BAD_IDS);
    const size_t n = list_bad_texts(texts, values, vocab_size);
    const float *table = normals((vocab_size + 1) * 2);
    fresh_case();
    const float *wte = floats_in(table, (vocab_size + 1) * 2);
    const uint32_t *ids = ids_in(values, MOST_BAD_IDS);
    float *out = floats_out(67 * 2);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(embedding_forward, out, wte, ids + texts[k].at, texts[k].n, vocab_size, 2);
    together_now();
    const bool is_whole = is_untouched(out);
    for (size_t k = 0; k < n; k++)
        if (returned(k) != 0 || (!is_whole && k < 40))
            refuse_ids(values + texts[k].at, texts[k].n, vocab_size, 2,
                       "one of the ids is vocab_size");
    if (!is_whole)
        fail_among_many();
}

static void refuse_lookups(size_t n_tokens, size_t vocab_size, size_t d_model,
                           size_t n_bad)
{
    struct bad_id bad[N_BAD];
    list_bad_ids(bad, vocab_size);
    for (size_t k = 0; k < n_bad; k++)
        refuse_lookup(n_tokens, vocab_size, d_model, bad[k]);
}

Test(embedding_forward, refuses_bad_ids)
{
    const uint32_t none[] = {0};
    try_random_lookup(3, 6, 3);
    refuse_lookups(4, 6, 3, N_BAD);
    refuse_lookups(11, 2, 3, N_PLACES);
    refuse_lookups(65543, 4, 1, N_PLACES);
    refuse_lookup_at_each_place(random_between(2, 5));
    refuse_lookups(3, random_between(70, 300), 2, 1);
    refuse_lookups(1, 6, 3, 1);
    refuse_lookup(3, 1, 2, (struct bad_id){LAST, 1, "the only word has the id 0"});
    try_lookup(normals(12), none, 0, 4, 3);
    try_lookup(normals(1), none, 0, 0, 3);
    refuse_lookup(3, 4, 0,
                  (struct bad_id){MIDDLE, 4, "an id is vocab_size, whatever d_model is"});
    refuse_lookup(1, 0, 0,
                  (struct bad_id){FIRST, 0, "with vocab_size 0 no id is below it"});
    refuse_lookup(1, 0, 2,
                  (struct bad_id){FIRST, 7, "with vocab_size 0 no id is below it"});
    try_lookup(normals(1), random_ids(3, 4), 3, 4, 0);
    try_random_lookup(5, 6, 3);
    judge_passed();
}

Test(embedding_forward, equals_product)
{
    const size_t n_tokens = 7, vocab_size = 11, d_model = 5;
    float *table = normals(vocab_size * d_model);
    uint32_t *values = random_ids(n_tokens, vocab_size);
    double *product = judge_doubles(n_tokens * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++)
                product[t * d_model + i] +=
                    (v == values[t]) * (double)table[v * d_model + i];
    fresh_case();
    judge_case("The rows are those of the product of one-hot rows and wte.");
    const float *wte = floats_in(table, vocab_size * d_model);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *out = floats_out(n_tokens * d_model);
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);
    expect_floats(out, product, NULL, n_tokens, d_model);
    judge_passed();
}

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Rows of numbers that arithmetic would change, in a drawn order.
Test(embedding_forward, copies_every_bit)
{
    const float special[] = {1.5f,
                             -2.5f,
                             from_bits(0x7fc12345u),
                             from_bits(0xffc00001u),
                             -0.0f,
                             0.0f,
                             INFINITY,
                             -FLT_MAX,
                             from_bits(1),
                             from_bits(0x807fffffu),
                             from_bits(0x7fa00001u),
                             from_bits(0xff800001u)};
    for (int draw = 0; draw < 3; draw++) {
        const size_t d = draw == 0 ? 2 : random_between(17, 40);
        float *table = judge_floats(12 * d), *wanted = judge_floats(20 * d);
        uint32_t *values = random_ids(20, 12);
        for (size_t i = 0; i < 12 * d; i++)
            table[i] =
                i % 3 == 2 ? (float)random_normal() : special[random_between(0, 11)];
        for (size_t t = 0; t < 20; t++)
            memcpy(wanted + t * d, table + values[t] * d, d * sizeof(float));
        fresh_case();
        judge_case(
            "Among the rows are NaN, -0, infinity and tiny numbers; a row is copied "
            "bit for bit.");
        const float *wte = floats_in(table, 12 * d);
        const uint32_t *ids = ids_in(values, 20);
        float *out = floats_out(20 * d);
        expect_accepted(CALL(embedding_forward, out, wte, ids, 20, 12, d), out);
        expect_bits(out, wanted, 20, d);
    }
    judge_passed();
}

// The rows of the ids hold numbers of their own, the rest of the table is zero pages.
static void try_huge(const uint32_t *values, size_t n_tokens, size_t vocab_size,
                     size_t d_model)
{
    double *wanted = judge_doubles(n_tokens * d_model);
    fresh_case();
    float *wte = sparse_floats_in(vocab_size * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        fill_normal(wte + values[t] * d_model, d_model);
    judge_seal(wte);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            wanted[t * d_model + i] = (double)wte[values[t] * d_model + i];
    const uint32_t *ids = ids_in(values, n_tokens);
    float *out = floats_out(n_tokens * d_model);
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);
    expect_floats(out, wanted, NULL, n_tokens, d_model);
}

Test(embedding_forward, huge_offsets)
{
    const uint32_t gpt3[] = {1, 43700, 50256},
                   late[] = {87400, 8000001, 16711939, 16777217, 16777223},
                   last[] = {(uint32_t)random_between(1, 16777216), 16777227};
    judge_remark(
        "GPT-3's table has 50,257 rows of 12,288 floats: byte offsets pass 2^31. "
        "An offset is a size_t: multiply in size_t.");
    try_huge(gpt3, 3, 50257, 12288);
    judge_remark("Offsets in this table pass 2^32 elements: multiply in size_t. "
                 "(Not in float: a float has 24 bits.)");
    try_huge(late, 5, ((size_t)1 << 24) + random_between(10, 20), 257);
    judge_remark("As floats the last id and the number of words are the same.");
    try_huge(last, 2, 16777228, 1);
    judge_passed();
}

Test(embedding_forward, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_lookup(5, 9, 4);
    }
    judge_passed();
}

// ---- 1.5 cosine_similarity -----------------------------------------------------------

static void try_cosine_within(const float *left, const float *right, size_t n,
                              double allowed, const char *what)
{
    fresh_case();
    judge_case("%s", what);
    const float *a = floats_in(left, n), *b = floats_in(right, n);
    expect_number("the cosine", (double)CALL(cosine_similarity, a, b, n),
                  cosine_of(left, right, n), allowed);
}

static void try_cosine(const float *left, const float *right, size_t n, const char *what)
{
    try_cosine_within(left, right, n, 4e-7, what);
}

// What is small is not what rounding to float left of it.
static void try_near_right_angle(void)
{
    const float diagonal[] = {3, 7}, other[] = {-0.7f, 0.3f};
    try_cosine_within(diagonal, other, 2, fabs(cosine_of(diagonal, other, 2)) / 1e3,
                      "The two are nearly at a right angle.");
}

// Three drawn pairs in the same place, the second with one number in the middle of each
// another, the last with the first a: neither length may be kept.
static void try_random_cosine(size_t n)
{
    float *a = normals(n), *b = normals(n);
    try_cosine(a, b, n, "");
    try_cosine(with_a_change(a, n), with_a_change(b, n), n, "");
    try_cosine(a, normals(n), n, "");
}

// Every length in one process; one that went wrong is tried once more, alone.
static void try_every_length(void)
{
    const size_t most = nth_size(N_SIZES - 1);
    const float *left = normals(most), *right = normals(most);
    fresh_case();
    const float *a = floats_in(left, most), *b = floats_in(right, most);
    together();
    for (size_t k = 0; k < N_SIZES; k++)
        CALL(cosine_similarity, a, b, nth_size(k));
    together_now();
    for (size_t k = 0; k < N_SIZES; k++) {
        const size_t n = nth_size(k);
        if (fabs(returned(k) - cosine_of(left, right, n)) <= 4e-7)
            continue;
        try_cosine(left, right, n, "");
        fail_among_many();
    }
}

// Zeros at the ends, or everywhere but at one place, do not make a vector of zeros, and
// where both have a zero no sum ends.
static void try_zeros_among_others(size_t n)
{
    float *a = half_zeros(n), *b = half_zeros(n), *late = judge_floats(n);
    a[1] = b[2] = 3;
    a[n / 2] = b[n / 2] = 0;
    a[n / 2 + 1] = -2;
    try_cosine(a, b, n, "Half of the numbers are zeros.");
    a[0] = a[n - 1] = 0;
    try_cosine(a, b, n, "Half of the numbers are zeros, and a begins and ends with one.");
    try_cosine(b, a, n, "Half of the numbers are zeros, and b begins and ends with one.");
    late[n - 2] = 4;
    b[n - 2] = 2;
    try_cosine(late, b, n, "All numbers of a but one near the end are zeros.");
    try_cosine(b, late, n, "All numbers of b but one near the end are zeros.");
}

// Two vectors with the same ends, and with the same beginnings.
static void try_same_ends(size_t n)
{
    float *a = normals(n), *b = normals(n);
    b[0] = a[0];
    b[n - 1] = a[n - 1];
    try_cosine(a, b, n, "The first numbers are the same, and the last.");
    b[1] = a[1];
    try_cosine(a, b, n, "The first two numbers are the same, and the last.");
}

Test(cosine_similarity, feature_table)
{
    const float cat[] = {0.9f, 0.88f, 0.1f, 0.85f, 0},
                dog[] = {0.95f, 0.93f, 0.05f, 0.9f, 0};
    const float apple[] = {0, 0, 0.95f, 0, 0.98f};
    try_cosine(cat, dog, 5, "These are cat and dog of the feature table.");
    try_cosine(cat, apple, 5, "These are cat and apple of the feature table.");
    try_cosine(dog, apple, 5, "These are dog and apple of the feature table.");
    try_random_cosine(5);
    judge_passed();
}

Test(cosine_similarity, random_vectors)
{
    const size_t lengths[] = {3, 7, 768, 1, 2};
    const float across[] = {1, 0}, nearly[] = {1, 1.265e-3f};
    try_random_cosine(7);
    try_every_length();
    try_same_ends(random_between(5, 9));
    try_cosine(across, nearly, 2, "The cosine is 1 but for 8e-7.");
    for (size_t l = 0; l < 5; l++) {
        float *a = normals(lengths[l]), *b = normals(lengths[l]);
        try_random_cosine(lengths[l]);
        for (size_t i = 0; i < lengths[l]; i++)
            a[i] = -b[i] * 0.5f;
        try_cosine(a, b, lengths[l], "a is -b / 2.");
        try_cosine(b, b, lengths[l], "a and b are the same numbers.");
        for (size_t i = 0; i < lengths[l]; i++) // cosines between 0.999 and 1
            a[i] = b[i] + 4e-3f * (float)random_normal();
        try_cosine(a, b, lengths[l], "a and b point nearly the same way.");
    }
    judge_passed();
}

Test(cosine_similarity, zero_vector)
{
    const float zeros[5] = {0}, minus[5] = {-0.0f, 0, -0.0f, 0, -0.0f};
    float *some = normals(5);
    try_random_cosine(5);
    try_cosine(zeros, some, 5, "a is all zeros: it has no direction, and 0 is wanted.");
    try_cosine(some, minus, 5, "b is all zeros, some of them -0: 0 is wanted.");
    try_cosine(zeros, zeros, 5, "Both are all zeros: 0 is wanted.");
    fresh_case();
    judge_case("a and b are the same array, of zeros.");
    const float *both = floats_in(zeros, 5);
    expect_number("the cosine", (double)CALL(cosine_similarity, both, both, 5), 0, 0);
    try_cosine(zeros, some, 1, "a is a single zero: 0 is wanted.");
    try_cosine(some, minus, 1, "b is a single zero, -0: 0 is wanted.");
    try_cosine(some, some, 0, "There are no numbers: a vector of none is all zeros.");
    some[4] = (float)random_between(1, 9); // halves, so that the sum is 0 exactly
    some[0] = some[1] = some[3] = 0.5f * some[4];
    some[2] = -2.5f * some[4];
    try_cosine(some, normals(5), 5, "The numbers of a add up to 0, and none of them is.");
    try_cosine(normals(5), some, 5, "The numbers of b add up to 0, and none of them is.");
    try_zeros_among_others(random_between(9, 40));
    try_random_cosine(5);
    judge_passed();
}

// Pairs whose lengths have nothing to do with each other, down to the smallest floats.
static void try_lengths(double of_a, double of_b)
{
    enum { N = 9 };
    float a[N], b[N];
    for (size_t i = 0; i < N; i++) {
        const double x = random_normal(), y = x + 0.8 * random_normal();
        a[i] = (float)(x * of_a);
        b[i] = (float)(y * of_b);
    }
    try_cosine(a, b, N, "");
}

Test(cosine_similarity, any_length)
{
    const double scales[] = {1, 1e-40, 1e-25, 1e-15, 1e-8, 1e6, 1e12, 1e18, 1e30};
    const size_t n = sizeof scales / sizeof *scales;
    const float smallest[] = {0, FLT_TRUE_MIN}, other[] = {3, 7};
    const float single[] = {1e-30f, -1e-25f}, tiny[] = {2 * FLT_TRUE_MIN, FLT_TRUE_MIN};
    const float steep[][2] = {{1e-8f, 1}, {-1e-11f, 1}},
                flat[] = {1 + (float)fabs(random_normal()), 0};
    float largest[9], others[9];
    try_lengths(1, 1);
    try_lengths(1, 1e17);
    try_near_right_angle();
    judge_remark("The squares of very small and very large numbers leave the range of a "
                 "float: sum in double. The cosine does not depend on the length.");
    try_cosine(smallest, other, 2, "a holds the smallest float there is.");
    try_cosine(smallest, tiny, 2, "a and b hold the smallest floats there are.");
    for (size_t s = 0; s < n; s++) {
        try_lengths(scales[s], scales[s]);
        try_lengths(scales[s], scales[n - 1 - s]);
        try_lengths(1, scales[s]);
    }
    try_cosine(single, single + 1, 1, "");
    for (size_t i = 0; i < 2; i++)
        try_cosine_within(steep[i], flat, 2, fabs(cosine_of(steep[i], flat, 2)) * 1e-3,
                          "Small as it is, it is not 0.");
    for (size_t i = 0; i < 9; i++) {
        largest[i] = i % 3 ? FLT_MAX : -FLT_MAX;
        others[i] = (float)random_normal();
    }
    try_cosine(largest, others, 9, "a holds the largest floats there are.");
    try_cosine(others, largest, 9, "b holds the largest floats there are.");
    judge_passed();
}

Test(cosine_similarity, long_vectors)
{
    const size_t n = 65537;
    float *a = judge_floats(n), *b = judge_floats(n);
    try_cosine(normals(5003), normals(5003), 5003, "");
    try_cosine(normals(70002), normals(70002), 70002, "");
    judge_remark(
        "A float has 24 bits: 16,777,216 + 1 is 16,777,216 again. Sum in double.");
    for (size_t i = 0; i < n; i++) {
        a[i] = i == 0 ? 4096 : 1;
        b[i] = i == 0 ? 4096 : -1;
    }
    try_cosine(a, b, n, "a is 4096, 1, 1, ..., and b 4096, -1, -1, ...");
    a[0] = 1e8f;
    b[0] = 1;
    a[n - 1] = -1e8f;
    b[n - 1] = 1;
    judge_remark("Large terms cancel, and the small ones are the answer: sum in double.");
    try_cosine(a, b, n, "The first and the last term of the sum cancel.");
    judge_passed();
}

Test(cosine_similarity, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_cosine(11);
    }
    judge_passed();
}
