// Tests of chapter 4, positions. A suite is a function, a test one thing that can be wrong.
#include "04_positions.h"
#include "judge.h"

#include "calls/04_positions.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(4);

// Odd counts, also some that are even as a float, as a double or in 32 bits.
static const size_t odd_counts[] = {1,
                                    3,
                                    5,
                                    65,
                                    1025,
                                    16777217,
                                    (size_t)(1ull << 32 | 1),
                                    (size_t)((1ull << 53) + 1),
                                    SIZE_MAX};
enum { N_ODD = sizeof odd_counts / sizeof *odd_counts };

// How many 2^-24 of the sizes of its terms a sum of n products may be off, added up in any
// order in float: n (Higham, Accuracy and Stability, sec. 4.2), and hardly ever more than
// four roots of n if the errors are of either sign (Higham and Mary, 2019).
static double roundings(size_t n)
{
    return fmin((double)n + 6, 4 * sqrt((double)n + 6));
}

static float *scaled_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)((double)values[i] * scale);
    return values;
}

// For calls that are made together: is all of it right? What is not is tried once more by
// itself, so that it is the call that is shown.
static bool are_right(const float *got, const double *wanted, const double *allowed,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double value = (double)got[i];
        if (isnan(wanted[i]) ? !isnan(value)
                             : !(value == wanted[i] ||
                                 fabs(value - wanted[i]) <= (allowed ? allowed[i] : 0)))
            return false;
    }
    return true;
}

static void expect_no_memory(bool was_right, const char *function)
{
    expect(was_right,
           "%s is right when it is called once, and wrong when the program has called it "
           "before: it keeps something from call to call (a static or global variable?), "
           "and must not.",
           function);
}

// A copy of n numbers of which one of the first `used` is another: often the last.
static float *one_other(const float *values, size_t n, size_t used)
{
    float *changed = judge_floats(n);
    memcpy(changed, values, n * sizeof *values);
    changed[random_between(0, 1) ? used - 1 : random_between(used / 2, used - 1)] += 1;
    return changed;
}

// Widths below, at and above whole blocks, with every rest: 1 to 33, and then some that
// models have. From 0 on.
static size_t width_of(size_t k)
{
    static const size_t wide[] = {40, 44, 47, 48, 56,  63,  64,  65,
                                  72, 80, 93, 96, 112, 127, 128, 129};
    return k < 33 ? k + 1 : wide[k - 33];
}
enum { N_WIDTHS = 33 + 16 };

// ---- 4.1 attention_forward -----------------------------------------------------------

struct head {
    const float *q, *k, *v;
    size_t n_tokens, d_head;
    bool causal;
    const char *what; // about the inputs, or NULL
};

// What is right, and how far off floats may be: [n_tokens][n_tokens], [n_tokens][d_head].
struct mixture {
    double *shares, *shares_off, *out, *out_off;
};

static double score_of(const struct head *h, size_t t, size_t s, double *sizes)
{
    const float *q = h->q + t * h->d_head, *k = h->k + s * h->d_head;
    const double root = sqrt((double)h->d_head);
    double sum = 0, size = 0;
    for (size_t i = 0; i < h->d_head; i++) {
        const double term = (double)q[i] * (double)k[i];
        sum += term;
        size += fabs(term);
    }
    *sizes = size / root;
    return sum / root;
}

// A share is off by twice what the scores are, times what the others have; dividing by a
// sum of n adds (n + 8) 2^-24. Twice all of this. One key alone has a share of 1, to a few
// roundings.
static void share_out(double *share, double *off, const struct head *h, size_t t,
                      size_t n_keys)
{
    double largest = -INFINITY, sum = 0, most = 0;
    for (size_t s = 0; s < n_keys; s++) {
        double sizes;
        share[s] = score_of(h, t, s, &sizes);
        largest = fmax(largest, share[s]);
        most = fmax(most, sizes);
    }
    for (size_t s = 0; s < n_keys; s++)
        sum += share[s] = exp(share[s] - largest);
    const double doubt = expm1(fmin(2 * most * roundings(h->d_head) * 0x1p-23, 30));
    for (size_t s = 0; s < n_keys; s++) {
        const double others = (sum - share[s]) / sum;
        share[s] /= sum;
        const double roundings_of_sum = n_keys == 1 ? 4 : (double)(n_keys + 8);
        off[s] = share[s] * (others * doubt + roundings_of_sum * 0x1p-23) + 0x1p-147;
    }
}

static void mix_values(double *out, double *out_off, const double *share,
                       const double *share_off, const struct head *h, size_t n_keys)
{
    for (size_t i = 0; i < h->d_head; i++) {
        double sum = 0, off = (double)n_keys * 0x1p-147;
        for (size_t s = 0; s < n_keys; s++) {
            const double value = (double)h->v[s * h->d_head + i];
            sum += share[s] * value;
            off +=
                (share_off[s] + share[s] * (double)(n_keys + 4) * 0x1p-23) * fabs(value);
        }
        out[i] = sum;
        out_off[i] = isfinite(off) ? off : 0;
    }
}

// Rows first, first + 1, ... of the answer, one behind the other.
static struct mixture mixed_rows(const struct head *h, size_t first, size_t n_rows)
{
    const size_t n = h->n_tokens, d = h->d_head;
    const struct mixture m = {judge_doubles(n_rows * n), judge_doubles(n_rows * n),
                              judge_doubles(n_rows * d), judge_doubles(n_rows * d)};
    for (size_t r = 0; r < n_rows; r++) {
        const size_t t = first + r, n_keys = h->causal ? t + 1 : n;
        share_out(m.shares + r * n, m.shares_off + r * n, h, t, n_keys);
        mix_values(m.out + r * d, m.out_off + r * d, m.shares + r * n,
                   m.shares_off + r * n, h, n_keys);
    }
    return m;
}

static struct mixture mixed(const struct head *h)
{
    return mixed_rows(h, 0, h->n_tokens);
}

static const float *try_head(const struct head *h)
{
    const size_t n_tokens = h->n_tokens, d_head = h->d_head, n = n_tokens * d_head;
    const struct mixture right = mixed(h);
    fresh_case();
    judge_case("%s", h->what != NULL ? h->what : "");
    const float *q = floats_in(h->q, n), *k = floats_in(h->k, n), *v = floats_in(h->v, n);
    float *out = floats_out(n), *att = floats_out(n_tokens * n_tokens);
    expect_accepted(
        CALL(attention_forward, out, att, q, k, v, n_tokens, d_head, h->causal), att);
    expect_floats(att, right.shares, right.shares_off, n_tokens, n_tokens);
    expect_floats(out, right.out, right.out_off, n_tokens, d_head);
    return out;
}

static void try_random_head(size_t n, size_t d, bool causal)
{
    try_head(&(struct head){normals(n * d), normals(n * d), normals(n * d), n, d, causal,
                            NULL});
}

// All three are only read, so one array may be handed over as all of them, or as two.
static void try_one_array(size_t n, size_t d, bool causal, bool as_q, bool as_k)
{
    const float *rows = normals(n * d), *others = normals(n * d);
    const struct head h = {
        as_q ? rows : others, as_k ? rows : others, rows, n, d, causal, NULL};
    const struct mixture right = mixed(&h);
    fresh_case();
    judge_case("%s are the same array.", as_q && as_k ? "q, k and v"
                                         : as_q       ? "q and v"
                                                      : "k and v");
    const float *x = floats_in(rows, n * d),
                *other = as_q && as_k ? x : floats_in(others, n * d);
    float *out = floats_out(n * d), *att = floats_out(n * n);
    expect_accepted(CALL(attention_forward, out, att, as_q ? x : other, as_k ? x : other,
                         x, n, d, causal),
                    att);
    expect_floats(att, right.shares, right.shares_off, n, n);
    expect_floats(out, right.out, right.out_off, n, d);
}

// The three words of the chapter. Wanted: PyTorch 1.13 in double, softmax(X X^T / sqrt(2)) X,
// with torch.triu for the mask.
static const float words[3 * 2] = {1, 0, 0, 2, 1, 1};

static void try_words(bool causal)
{
    static const double wanted[2][6] = {
        {0.802224185, 0.796663722, 0.232082064, 1.72252957, 0.598887907, 1.20333628},
        {1, 0, 0.0558072192, 1.88838556, 0.598887907, 1.20333628}};
    const struct head h = {words, words, words, 3, 2, causal, NULL};
    expect_floats(try_head(&h), wanted[causal], filled(6, 2e-6), 3, 2);
}

Test(attention_forward, worked_example)
{
    try_words(false);
    try_words(true);
    try_random_head(3, 2, false);
    try_random_head(3, 2, true);
    judge_passed();
}

// Many sizes in one process, with the mask and without it by turns.
static void try_many_heads(const size_t (*sizes)[2], size_t n_sizes)
{
    size_t most = 0, n_out = 0, n_att = 0, n_right = 0;
    for (size_t j = 0; j < n_sizes; j++) {
        const size_t n = sizes[j][0] * sizes[j][1];
        most = n > most ? n : most;
        n_out += n;
        n_att += sizes[j][0] * sizes[j][0];
    }
    struct head h = {.q = normals(most), .k = normals(most), .v = normals(most)};
    fresh_case();
    const float *q = floats_in(h.q, most), *k = floats_in(h.k, most),
                *v = floats_in(h.v, most);
    float *out = floats_out(n_out), *att = floats_out(n_att);
    together();
    for (size_t j = 0, o = 0, a = 0; j < n_sizes; j++) {
        const size_t n = sizes[j][0], d = sizes[j][1];
        (void)CALL(attention_forward, out + o, att + a, q, k, v, n, d, j % 2 == 1);
        o += n * d;
        a += n * n;
    }
    together_now();
    for (size_t o = 0, a = 0; n_right < n_sizes; n_right++) {
        const size_t n = h.n_tokens = sizes[n_right][0], d = h.d_head = sizes[n_right][1];
        h.causal = n_right % 2 == 1;
        const struct mixture right = mixed(&h);
        if (returned(n_right) == 0 ||
            !are_right(att + a, right.shares, right.shares_off, n * n) ||
            !are_right(out + o, right.out, right.out_off, n * d))
            break;
        o += n * d;
        a += n * n;
    }
    if (n_right < n_sizes)
        try_head(&h);
    expect_no_memory(n_right == n_sizes, "attention_forward");
}

// Every width, and every length up to 33.
static void try_blocks_of_heads(void)
{
    size_t sizes[N_WIDTHS + 33][2];
    for (size_t j = 0; j < N_WIDTHS; j++) {
        sizes[j][0] = 1 + j % 4;
        sizes[j][1] = width_of(j);
    }
    for (size_t j = 0; j < 33; j++) {
        sizes[N_WIDTHS + j][0] = j + 1;
        sizes[N_WIDTHS + j][1] = 1 + j % 4;
    }
    try_many_heads(sizes, N_WIDTHS + 33);
}

// A query of zeros hears all alike, a key of zeros has the score 0, two keys and two queries
// are the same, and a value of zeros counts.
static void try_alike(bool causal)
{
    enum { N = 6, D = 3 };
    float *q = normals(N * D), *k = normals(N * D), *v = normals(N * D);
    memset(q + 3 * D, 0, D * sizeof *q);
    memcpy(q + 4 * D, q + 1 * D, D * sizeof *q);
    memset(k + 1 * D, 0, D * sizeof *k);
    memcpy(k + 5 * D, k + 2 * D, D * sizeof *k);
    memset(v + 2 * D, 0, D * sizeof *v);
    q[0] = k[0] = v[0] = 0;
    try_head(&(struct head){q, k, v, N, D, causal, NULL});
}

// Calls of the same sizes in the same place: the second differs from the first in a single
// number, the third from the second in the mask.
static void try_head_thrice(size_t n, size_t d, bool causal)
{
    struct head h = {normals(n * d), normals(n * d), normals(n * d), n, d, causal, NULL};
    const float **changed = random_between(0, 1) ? &h.k : &h.v;
    try_head(&h);
    *changed = one_other(*changed, n * d, n * d);
    try_head(&h);
    h.q = random_between(0, 1) ? h.q : one_other(h.q, n * d, n * d);
    h.causal = !causal;
    try_head(&h);
}

static size_t whole_root(size_t n)
{
    return (size_t)sqrt((double)n);
}

Test(attention_forward, random_heads)
{
    for (int draw = 0; draw < 6; draw++) {
        size_t n = draw == 4 ? 1 : random_between(4, 20);
        size_t d = draw == 5 ? 1 : random_between(2, 24);
        while (d == n || whole_root(d) * whole_root(d) == n)
            d++; // the root of one is not taken for that of the other
        (draw < 4 ? try_head_thrice : try_random_head)(n, d, draw % 2 == 0);
    }
    for (size_t n = 2; n < 9; n += random_between(1, 3)) // as wide as the text is long
        try_random_head(n, n, n % 2 == 0);
    try_blocks_of_heads();
    try_alike(false);
    try_alike(true);
    try_one_array(5, 3, false, true, true);
    try_one_array(6, 4, true, true, true);
    try_one_array(4, 2, false, true, false);
    try_one_array(4, 2, true, false, true);
    judge_passed();
}

static float *in_order(const float *rows, const size_t *order, size_t n, size_t d)
{
    float *moved = judge_floats(n * d);
    for (size_t t = 0; t < n; t++)
        memcpy(moved + t * d, rows + order[t] * d, d * sizeof *rows);
    return moved;
}

// A word must get the same wherever it stands, but for `gap`.
static void try_shuffled(const float *x, const size_t *order, size_t n, size_t d,
                         bool causal, double gap)
{
    const float *moved = in_order(x, order, n, d);
    const float *before =
        in_order(try_head(&(struct head){x, x, x, n, d, causal, NULL}), order, n, d);
    const float *after = try_head(&(struct head){
        moved, moved, moved, n, d, causal,
        "These are the rows of the call before in another order, as q, k and v."});
    double largest = 0;
    for (size_t i = 0; i < n * d; i++)
        largest = fmax(largest, fabs((double)after[i] - (double)before[i]));
    expect_number("the gap after a shuffle", largest, gap, 2e-6);
}

// With a mask the three words in the order man, dog, bites differ by 0.5 (PyTorch 1.13).
Test(attention_forward, sees_no_order)
{
    const size_t order[] = {2, 0, 1}, longer[] = {4, 2, 5, 0, 1, 3};
    try_shuffled(words, order, 3, 2, false, 0);
    try_shuffled(words, order, 3, 2, true, 0.5);
    try_shuffled(normals(6 * 3), longer, 6, 3, false, 0);
    try_shuffled(normals(6 * 3), longer, 6, 3, false, 0);
    judge_passed();
}

// d_head 16, whose roots are exact: the score of t and s is asks[t] offers[s]. Of powers of
// two it is exact, too, wherever it is rounded.
static void try_scores(const double *asks, const double *offers, size_t n, bool causal,
                       const char *what)
{
    float *q = judge_floats(n * 16), *k = judge_floats(n * 16);
    for (size_t t = 0; t < n; t++) {
        q[16 * t + 5] = (float)(4 * asks[t]);
        k[16 * t + 5] = (float)offers[t];
    }
    try_head(&(struct head){q, k, normals(n * 16), n, 16, causal, what});
}

Test(attention_forward, large_scores)
{
    enum { N = 5 };
    const double one[N] = {1, 1, 1, 1, 1}, both[N] = {1, -1, 1, -1, 0.25};
    const double million[N] = {0x1p20, 0x1p20, 0x1p20, 0x1p20, 0x1p20};
    const double huge[N] = {0x1p60, 0x1p60, 0x1p60, 0x1p60, 0x1p60};
    const double near[N] = {1000, 1001, 1002, 998, 1001.5};
    const double low[N] = {-1000, -1001, -1002, -998, -1001.5};
    const double lower[N] = {-700000, -700040, -699960, -700080, -699900};
    const double far[N] = {-0x1p20, -0x1p21, -0x1p19, -0x1p22, -0x1p18};
    const double farther[N] = {-0x1p60, -0x1p61, -0x1p59, -0x1p62, -0x1p58};
    const double above[N] = {700000, 700040, 699960, 700080, 699900};
    const double below[N] = {-79, -88, -95, -80, -99}, ahead[N] = {8, 21.25, 8.5, -4, 7};
    const double alike[N] = {1e-5, -2e-5, 5e-6, 3e-5, 0};
    double ones[16], last[16];
    for (size_t s = 0; s < 16; s++) {
        ones[s] = 1;
        last[s] = s < 15 ? (double)random_between(0, 7) : 1000;
    }
    try_random_head(3, 4, false);
    try_scores(ones, last, 16, false, "The last score is far above the others.");
    try_scores(one, below, N, false, "All scores are about -90.");
    try_scores(one, ahead, N, false, "One score is 13 above the others.");
    try_scores(both, near, N, false, "The scores are about 1000 or -1000.");
    try_scores(one, low, N, true, "All scores are about -1000.");
    try_scores(one, lower, N, true, "All scores are about -700,000.");
    try_scores(one, lower, N, false, "All scores are about -700,000.");
    try_scores(one, above, N, random_between(0, 1) == 1, "All scores are about 700,000.");
    try_scores(both, farther, N, false, "The scores are about 1e18 or -1e18.");
    try_scores(one, alike, N, false,
               "All scores are nearly 0: the shares are not equal.");
    try_scores(million, far, N, true, "All scores are about -1e12.");
    try_scores(huge, farther, N, true, "All scores are about -1e36.");
    try_scores(huge, farther, N, false, "All scores are about -1e36.");
    judge_passed();
}

static void try_falls(const double *falls, const float *v, size_t n, bool causal,
                      const char *what)
{
    float *q = judge_floats(n * 4), *k = judge_floats(n * 4);
    for (size_t t = 0; t < n; t++) {
        q[4 * t] = 2;
        k[4 * t] = (float)falls[t];
    }
    try_head(&(struct head){q, k, v, n, 4, causal, what});
}

// Scores that fall from 0 to -95, so that shares have every size that a float has.
static void try_falling(const float *v, size_t n, bool causal)
{
    static const double falls[] = {0, -4, -9, -15, -30, -50, -80, -86, -95};
    try_falls(
        falls, v, n, causal,
        "The scores of each token are 0, -4, -9, -15, -30, -50, -80, -86, -95: every "
        "share is larger than 0, and heard.");
}

Test(attention_forward, small_shares)
{
    enum { N = 9 };
    float *v = normals(N * 4);
    try_random_head(4, 4, false);
    try_falling(v, N, false);
    try_falling(v, N, true);
    for (size_t i = 0; i < 4; i++) { // as large as their shares are small
        v[6 * 4 + i] *= 1e30f;
        v[7 * 4 + i] *= 1e33f;
        v[8 * 4 + i] *= 1e37f;
    }
    try_falling(v, N, false);
    try_falling(scaled_normals(N * 4, 1e-40), N, false);
    // One share so large that a float holds it as 1, and the others are heard yet.
    const double gaps[N] = {0, -19, -24, -30, -21, -42, -60, -18, -80};
    v = normals(N * 4);
    for (size_t i = 4; i < N * 4; i++)
        v[i] *= 1e12f;
    memset(v + 7 * 4, 0, 4 * sizeof *v); // a value of zeros counts
    try_falls(gaps, v, N, random_between(0, 1) == 1,
              "The first key has nearly all, and the values of the others are large.");
    memset(v, 0, 4 * sizeof *v);
    try_falling(v, N, false);
    judge_passed();
}

// One value that is no number, for those who hear it: the token itself and later ones.
static void try_poisoned(size_t n, size_t d, size_t at, float poison, bool causal)
{
    float *v = normals(n * d);
    v[at * d + random_between(0, d - 1)] = poison;
    try_head(&(struct head){
        normals(n * d), normals(n * d), v, n, d, causal,
        causal ? "One of the values is NaN or infinite: tokens before it do not hear it."
               : "One of the values is NaN or infinite: all hear it."});
}

// Keys of the future so large that only skipping them, or minus infinity, hides them.
static void try_huge_future(size_t n, size_t d, float size)
{
    float *q = normals(n * d), *k = normals(n * d);
    for (size_t i = 0; i < d; i++) {
        k[(n - 1) * d + i] = size;
        q[(n - 1) * d + i] = 0;
        for (size_t t = 0; t < n - 1; t++)
            q[t * d + i] = fabsf(q[t * d + i]);
    }
    try_head(
        &(struct head){q, k, normals(n * d), n, d, true,
                       "The last key is huge, and only the last token may hear it."});
}

Test(attention_forward, future_stays_hidden)
{
    const float poison[] = {NAN, INFINITY, -INFINITY};
    try_huge_future(6, 3, 1e15f);
    try_huge_future(7, 3, 1e36f);
    for (size_t p = 0; p < 3; p++) {
        try_poisoned(7, 3, 6, poison[p], true);
        try_poisoned(7, 3, 3, poison[p], true);
        try_poisoned(5, 2, 1, poison[p], false);
    }
    judge_passed();
}

// More tokens than GPT-2 reads. A few rows are looked at; the last key is the loudest that
// the last token hears.
static void try_long_text(size_t n, size_t d, bool causal)
{
    const size_t rows[] = {0,     1,    random_between(2, 254),    255,  256,
                           511,   512,  random_between(513, 1022), 1023, 1024,
                           n - 2, n - 1};
    float *q = normals(n * d), *k = normals(n * d);
    for (size_t i = 0; i < d; i++)
        k[(n - 1) * d + i] = 4 * q[(n - 1) * d + i];
    const struct head h = {q, k, normals(n * d), n, d, causal, NULL};
    fresh_case();
    float *out = floats_out(n * d), *att = floats_out(n * n);
    expect_accepted(CALL(attention_forward, out, att, floats_in(h.q, n * d),
                         floats_in(h.k, n * d), floats_in(h.v, n * d), n, d, causal),
                    att);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const size_t t = rows[r];
        const struct mixture right = mixed_rows(&h, t, 1);
        judge_case("Of att and out row %zu is looked at.", t);
        expect_floats(att + t * n, right.shares, right.shares_off, 1, n);
        expect_floats(out + t * d, right.out, right.out_off, 1, d);
    }
}

// Longer texts, longer and narrower heads.
Test(attention_forward, large_sizes)
{
    try_random_head(67, 131, true);
    try_random_head(2, 70001, false);
    try_long_text(random_between(1029, 1040), 2, true);
    try_long_text(random_between(1029, 1040), 3, false);
    judge_passed();
}

static void refuse_head(size_t n, size_t d, bool causal)
{
    fresh_case();
    const float *q = floats_in(normals(6), 6), *k = floats_in(normals(6), 6);
    const float *v = floats_in(normals(6), 6);
    float *out = floats_inout(normals(6), 6), *att = floats_inout(normals(9), 9);
    const bool good = CALL(attention_forward, out, att, q, k, v, n, d, causal);
    expect_refused(good, out, "a size is 0");
    expect_refused(good, att, "a size is 0");
}

Test(attention_forward, refuses_empty)
{
    try_random_head(3, 2, false);
    for (int causal = 0; causal < 2; causal++) {
        refuse_head(0, 2, causal == 1);
        refuse_head(3, 0, causal == 1);
        refuse_head(0, 0, causal == 1);
    }
    refuse_head(1, 0, true);
    refuse_head(0, 70001, true);
    try_random_head(3, 2, true);
    judge_passed();
}

Test(attention_forward, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_head(5, 7, false);
        try_random_head(7, 5, true);
    }
    judge_passed();
}

// ---- 4.2 add_positions ---------------------------------------------------------------

// A sum of two floats is rounded once, however it is computed: it must be equal.
static void try_add(const float *values, const float *table, size_t n_tokens,
                    size_t max_seq_len, size_t d_model)
{
    const size_t n = n_tokens * d_model;
    double *wanted = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        wanted[i] = (double)(values[i] + table[i]);
    fresh_case();
    float *x = floats_inout(values, n);
    const float *wpe = floats_in(table, max_seq_len * d_model);
    expect_accepted(CALL(add_positions, x, wpe, n_tokens, max_seq_len, d_model), x);
    expect_floats(x, wanted, NULL, n_tokens, d_model);
}

static void try_add_once(size_t n, size_t rows, size_t d)
{
    try_add(normals(n * d), normals(rows * d), n, rows, d);
}

// Three times the same sizes in the same place: other rows, and then another table.
static void try_random_add(size_t n, size_t rows, size_t d)
{
    const float *table = normals(rows * d), *values = normals(n * d);
    try_add(normals(n * d), table, n, rows, d);
    try_add(values, table, n, rows, d);
    try_add(values, normals(rows * d), n, rows, d);
}

static const float small_wpe[4 * 2] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f};

Test(add_positions, worked_example)
{
    try_add(words, small_wpe, 3, 4, 2);
    try_random_add(3, 4, 2);
    judge_passed();
}

// Numbers of every kind, and rows of the table that no token has.
static void try_special_add(void)
{
    enum { N = 12, ROWS = 15, D = 5 };
    const float special[] = {NAN,    INFINITY, -INFINITY, -0.0f, 0,    1e-40f,
                             -1e30f, 1e38f,    1e-30f,    1e8f,  -1e8f};
    for (int draw = 0; draw < 3; draw++) {
        float *x = normals(N * D), *wpe = normals(ROWS * D);
        for (size_t i = 0; i < ROWS * D; i++) {
            if (i < N * D && random_between(0, 1) == 1)
                x[i] = special[random_between(0, 10)];
            if (random_between(0, 1) == 1)
                wpe[i] = special[random_between(0, 10)];
            if (i >= N * D)
                wpe[i] = NAN;
        }
        x[1] = 0;
        wpe[1] = wpe[2] = x[2] = 1e-40f;
        x[3] = 1e8f;
        wpe[3] = 1;
        x[4] = wpe[4] = draw == 1 ? -3e38f : 3e38f; // an infinite sum
        memset(x + 3 * D, 0, D * sizeof *x); // a token of zeros stands somewhere, too
        wpe[3 * D + 1] = 0.5f;
        memset(wpe + 6 * D, 0, D * sizeof *wpe); // and a position of zeros
        try_add(x, wpe, N, ROWS, D);
    }
}

// Every width, and every length up to 33, in one process: all tables begin at the same place,
// as long as needed, as wide, or as long as the table is at most.
static void try_many_adds(void)
{
    enum { N = N_WIDTHS + 33, MOST = 3 * 129 };
    size_t sizes[N][3], n = 0, n_right = 0;
    for (size_t j = 0; j < N; j++) {
        const size_t tokens = j < N_WIDTHS ? 1 + j % 3 : j - N_WIDTHS + 1,
                     d = j < N_WIDTHS ? width_of(j) : 1 + j % 4;
        const size_t longest = MOST / d;
        sizes[j][0] = tokens;
        sizes[j][1] = j % 3 == 0 ? tokens : d >= tokens && d < longest ? d : longest;
        sizes[j][2] = d;
        n += tokens * d;
    }
    const float *values = normals(n), *table = normals(MOST + n);
    double *wanted = judge_doubles(MOST);
    fresh_case();
    float *x = floats_inout(values, n);
    const float *wpe = floats_in(table, MOST + n); // who reads on is wrong, and no crash
    together();
    for (size_t j = 0, at = 0; j < N; at += sizes[j][0] * sizes[j][2], j++)
        (void)CALL(add_positions, x + at, wpe, sizes[j][0], sizes[j][1], sizes[j][2]);
    together_now();
    for (size_t at = 0; n_right < N; n_right++) {
        const size_t *size = sizes[n_right], n_added = size[0] * size[2];
        for (size_t i = 0; i < n_added; i++)
            wanted[i] = (double)(values[at + i] + table[i]);
        if (returned(n_right) == 0 || !are_right(x + at, wanted, NULL, n_added)) {
            try_add(values + at, table, size[0], size[1], size[2]);
            break;
        }
        at += n_added;
    }
    expect_no_memory(n_right == N, "add_positions");
}

Test(add_positions, random_tables)
{
    for (int draw = 0; draw < 6; draw++) {
        size_t n = draw == 4 ? 1 : random_between(3, 20);
        size_t rows = n + random_between(2, 9);
        size_t d = draw == 5 ? 1 : random_between(2, 30);
        while (d == n || d == rows)
            d++;
        (draw < 4 ? try_random_add : try_add_once)(n, rows, d);
    }
    try_special_add();
    try_many_adds();
    try_add_once(8, 16, 16); // as long as wide: the table, or the text
    try_add_once(16, 33, 16);
    judge_passed();
}

Test(add_positions, full_table)
{
    try_random_add(7, 7, 5);
    try_random_add(1, 1, 3);
    try_add_once(1031, 1031, 2);
    judge_passed();
}

// A table of more than 2^32 rows, of which five are used.
static void try_long_table(void)
{
    const size_t rows = ((size_t)1 << 32) + 3, n = 5;
    const float *values = normals(n);
    double *wanted = judge_doubles(n);
    fresh_case();
    float *wpe = sparse_floats_in(rows);
    fill_normal(wpe, n);
    judge_seal(wpe);
    for (size_t i = 0; i < n; i++)
        wanted[i] = (double)(values[i] + wpe[i]);
    float *x = floats_inout(values, n);
    expect_accepted(CALL(add_positions, x, wpe, n, rows, 1), x);
    expect_floats(x, wanted, NULL, n, 1);
}

Test(add_positions, large_sizes)
{
    try_add_once(131, 140, 71);
    try_add_once(3, 5, 5003);
    try_add_once(70001, 70003, 1);
    try_add_once(2, 3, 70001);
    try_long_table();
    judge_passed();
}

// x so small and wpe so large that taking back what was added does not restore x. The
// table is longer than it says, so that reading on is seen as a change and no crash.
static void refuse_add(size_t n, size_t rows, size_t d)
{
    fresh_case();
    float *x = floats_inout(scaled_normals(n * d, 1e-3), n * d);
    const float *wpe = floats_in(scaled_normals(n * d, 1e3), n * d);
    expect_refused(CALL(add_positions, x, wpe, n, rows, d), x,
                   "there are more tokens than rows of wpe");
}

// Counts for which no array is long enough: nothing may be read or written.
static void refuse_count(size_t n, size_t rows, size_t d)
{
    fresh_case();
    float *x = floats_inout(scaled_normals(8, 1e-3), 8);
    const float *wpe = floats_in(scaled_normals(8, 1e3), 8);
    expect_refused(CALL(add_positions, x, wpe, n, rows, d), x,
                   "there are more tokens than rows of wpe");
}

Test(add_positions, refuses_too_many)
{
    const size_t two = 2, beyond = (size_t)1 << 53;
    try_random_add(3, 4, 2);
    refuse_add(5, 4, 2);
    refuse_add(2, 1, 7);
    refuse_add(40, 12, 3);
    refuse_add(3, 0, 4);
    refuse_add(1, 0, 1);
    refuse_add(5003, 5002, 2);
    refuse_count(4, 3, 0);
    refuse_count(((size_t)1 << 31) + 1, 3, two);
    refuse_count(((size_t)1 << 32) + 1, 3, two);
    refuse_count(SIZE_MAX / 2 + 2, 3, two);
    refuse_count(SIZE_MAX, 3, two);
    refuse_count(beyond + 1, beyond, 0);
    try_random_add(4, 5, 3);
    judge_passed();
}

static void try_nothing(size_t n, size_t rows, size_t d)
{
    fresh_case();
    float *x = floats_inout(normals(8), 8);
    const float *wpe = floats_in(normals(8), 8);
    expect(CALL(add_positions, x, wpe, n, rows, d),
           "add_positions must return true here: nothing is wrong, and there is nothing "
           "to do.");
    expect(is_untouched(x), "add_positions wrote to x although there is nothing to add.");
}

Test(add_positions, accepts_no_tokens)
{
    try_random_add(3, 4, 2);
    try_nothing(0, 4, 2);
    try_nothing(0, 0, 2);
    try_nothing(3, 4, 0);
    try_nothing(3, 3, 0);
    try_nothing(0, 0, 0);
    try_random_add(3, 4, 2);
    judge_passed();
}

Test(add_positions, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_add(6, 9, 5);
        try_random_add(9, 9, 5);
    }
    judge_passed();
}

// ---- 4.3 sinusoidal_table ------------------------------------------------------------

// An angle that is a float is off by a few 2^-24 of itself, and sin and cos pass that on:
// it is right only near the start. A double is off by next to nothing, even when the
// angles of all positions are added up. A sine near the start is as small as its angle, and
// right to as many digits.
static void waves(double *wanted, double *off, size_t rows, size_t d, bool is_strict)
{
    for (size_t i = 0; i < d / 2; i++) {
        const double speed = pow(10000.0, -2.0 * (double)i / (double)d);
        for (size_t p = 0; p < rows; p++) {
            const size_t at = p * d + 2 * i;
            const double angle = (double)p * speed;
            wanted[at] = sin(angle);
            wanted[at + 1] = cos(angle);
            off[at] = off[at + 1] = 2e-7 + (is_strict ? 1e-11 * (double)p : 6e-7 * angle);
            if (angle < 0.1)
                off[at] = 2e-6 * angle;
        }
    }
}

static const float *try_table(size_t max_seq_len, size_t d_model, bool is_strict)
{
    const size_t n = max_seq_len * d_model;
    double *wanted = judge_doubles(n), *off = judge_doubles(n);
    waves(wanted, off, max_seq_len, d_model, is_strict);
    fresh_case();
    float *wpe = floats_out(n);
    expect_accepted(CALL(sinusoidal_table, wpe, max_seq_len, d_model), wpe);
    expect_floats(wpe, wanted, off, max_seq_len, d_model);
    return wpe;
}

static void try_waves(size_t max_seq_len, size_t d_model)
{
    try_table(max_seq_len, d_model, false);
}

// Every even width, and every length up to 33, in one process.
static void try_many_waves(void)
{
    enum { N = N_WIDTHS + 33 };
    size_t sizes[N][2], n = 0, most = 0, n_right = 0;
    for (size_t j = 0; j < N; j++) {
        sizes[j][0] = j < N_WIDTHS ? 2 + j % 3 : j - N_WIDTHS + 1;
        sizes[j][1] = j < N_WIDTHS ? 2 * width_of(j) : 2 + 2 * (j % 4);
        const size_t numbers = sizes[j][0] * sizes[j][1];
        n += numbers;
        most = numbers > most ? numbers : most;
    }
    double *wanted = judge_doubles(most), *off = judge_doubles(most);
    fresh_case();
    float *wpe = floats_out(n);
    together();
    for (size_t j = 0, at = 0; j < N; at += sizes[j][0] * sizes[j][1], j++)
        (void)CALL(sinusoidal_table, wpe + at, sizes[j][0], sizes[j][1]);
    together_now();
    for (size_t at = 0; n_right < N; n_right++) {
        const size_t rows = sizes[n_right][0], d = sizes[n_right][1];
        waves(wanted, off, rows, d, false);
        if (returned(n_right) == 0 || !are_right(wpe + at, wanted, off, rows * d)) {
            try_waves(rows, d);
            break;
        }
        at += rows * d;
    }
    expect_no_memory(n_right == N, "sinusoidal_table");
}

// Two tables of sizes that nobody knows beforehand.
static void try_random_waves(void)
{
    for (int draw = 0; draw < 2; draw++) {
        const size_t d = 2 * random_between(3, 24), rows = random_between(3, 300);
        try_waves(rows + (rows == d), d);
    }
}

// PyTorch 1.13 in double: sin and cos of p / 10000^(2i/d), interleaved.
Test(sinusoidal_table, reference_rows)
{
    const double four[4][4] = {{0, 1, 0, 1},
                               {0.841470985, 0.540302306, 0.00999983333, 0.99995},
                               {0.909297427, -0.416146837, 0.0199986667, 0.999800007},
                               {0.141120008, -0.989992497, 0.0299955002, 0.999550034}};
    const double six[] = {-0.958924275, 0.283662185,  0.230001712,
                          0.973190224,  0.0107719651, 0.999941981};
    expect_floats(try_table(4, 4, false), four[0], filled(16, 3e-6), 4, 4);
    expect_floats(try_table(6, 6, false) + 30, six, filled(6, 3e-6), 1, 6);
    try_random_waves();
    judge_passed();
}

Test(sinusoidal_table, random_sizes)
{
    try_random_waves();
    try_waves(1, 2 * random_between(8, 24));
    try_waves(random_between(3, 60), 2);
    try_many_waves();
    try_waves(16, 16); // as long as wide
    try_waves(24, 24);
    try_waves(8, 16); // as long as there are hands
    judge_passed();
}

// Position 1,000 of width 512: columns 0 to 3, 510, 511 (PyTorch 1.13, double). And longer
// and wider than any model's.
Test(sinusoidal_table, wide_table)
{
    const double first[] = {0.826879541, 0.562379076, -0.191485332, -0.981495475},
                 last[] = {0.10347773, 0.994631771};
    const float *row = try_table(1001, 512, false) + 1000 * 512;
    expect_floats(row, first, filled(4, 1e-3), 1, 4);
    expect_floats(row + 510, last, filled(2, 5e-4), 1, 2);
    try_waves(random_between(2, 5), 5002 + 2 * random_between(0, 500));
    try_waves(2, 66002);
    try_waves(70001 + random_between(0, 1000), 2);
    judge_passed();
}

Test(sinusoidal_table, far_positions)
{
    judge_remark(
        "Far from the start a float is too short for an angle. Work out speed and "
        "angle in double.");
    try_table(random_between(300, 600), 2 * random_between(8, 40), true);
    try_table(30001 + random_between(0, 1000), 6, true);
    judge_passed();
}

static void refuse_table(size_t max_seq_len, size_t d_model)
{
    fresh_case();
    float *wpe = floats_inout(normals(40), 40);
    expect_refused(CALL(sinusoidal_table, wpe, max_seq_len, d_model), wpe,
                   "d_model is 0 or odd");
}

static void try_no_rows(size_t d_model)
{
    fresh_case();
    float *wpe = floats_inout(normals(8), 8);
    expect(CALL(sinusoidal_table, wpe, 0, d_model),
           "sinusoidal_table must return true for a table of no rows: nothing is wrong, "
           "and there is nothing to do.");
    expect(is_untouched(wpe), "sinusoidal_table wrote to wpe although it has no rows.");
}

Test(sinusoidal_table, refuses_odd)
{
    try_random_waves();
    refuse_table(5, 0);
    refuse_table(0, 0);
    refuse_table(0, 3);
    for (size_t n = 0; n < N_ODD; n++)
        refuse_table(n % 2 == 0 ? 5 : 1, odd_counts[n]);
    try_no_rows(4);
    try_no_rows(2 * random_between(2, 99));
    try_random_waves();
    judge_passed();
}

Test(sinusoidal_table, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_waves(7, 10);
        try_random_waves();
    }
    judge_passed();
}

// ---- 4.4 rope_interleaved and 4.5 rope_half_split ------------------------------------

struct turn {
    const float *x, *cosines, *sines;
    size_t n_tokens, n_heads, d_head;
    bool halves;
    size_t rows_behind; // of the tables: they can be read, and do not count
};

// What a pair becomes, and how far floats may be from it, in any order of the operations.
static void turn_pair(double *x, double *off, size_t a, size_t b, double c, double s)
{
    const double old_a = x[a], old_b = x[b];
    x[a] = old_a * c - old_b * s;
    x[b] = old_a * s + old_b * c;
    off[a] = (fabs(old_a) + fabs(old_b)) * (fabs(c) + fabs(s)) * 0x1p-21 + 0x1p-147;
    off[a] = off[b] = isfinite(off[a]) ? off[a] : 0;
}

static void turned(double *x, double *off, const struct turn *c)
{
    const size_t pairs = c->d_head / 2;
    for (size_t row = 0; row < c->n_tokens * c->n_heads; row++)
        for (size_t i = 0; i < pairs; i++) {
            const size_t angle = row / c->n_heads * pairs + i;
            const size_t a = row * c->d_head + (c->halves ? i : 2 * i);
            turn_pair(x, off, a, a + (c->halves ? pairs : 1), (double)c->cosines[angle],
                      (double)c->sines[angle]);
        }
}

static bool call_rope(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head, bool halves)
{
    if (halves)
        return CALL(rope_half_split, x, cosines, sines, n_tokens, n_heads, d_head);
    return CALL(rope_interleaved, x, cosines, sines, n_tokens, n_heads, d_head);
}

static const float *try_turn(const struct turn *c)
{
    const size_t rows = c->n_tokens * c->n_heads, n = rows * c->d_head;
    const size_t n_angles = (c->n_tokens + c->rows_behind) * (c->d_head / 2);
    double *wanted = as_doubles(c->x, n), *off = judge_doubles(n);
    turned(wanted, off, c);
    fresh_case();
    float *x = floats_inout(c->x, n);
    const float *cosines = floats_in(c->cosines, n_angles);
    const float *sines = floats_in(c->sines, n_angles);
    expect_accepted(
        call_rope(x, cosines, sines, c->n_tokens, c->n_heads, c->d_head, c->halves), x);
    expect_floats(x, wanted, off, rows, c->d_head);
    return x;
}

// The tables of positions first, first + 1, ... with the usual speeds.
static void use_positions(struct turn *c, size_t first, double base)
{
    const size_t pairs = c->d_head / 2, rows = c->n_tokens + c->rows_behind;
    float *cosines = judge_floats(rows * pairs), *sines = judge_floats(rows * pairs);
    for (size_t t = 0; t < rows; t++)
        for (size_t i = 0; i < pairs; i++) {
            const double angle =
                (double)(first + t) * pow(base, -2.0 * (double)i / (double)c->d_head);
            cosines[t * pairs + i] = (float)cos(angle);
            sines[t * pairs + i] = (float)sin(angle);
        }
    c->cosines = cosines;
    c->sines = sines;
}

// Any angles at all, so that no two entries of the tables are alike: drawn is the tangent of
// the half.
static void use_random_angles(struct turn *c)
{
    const size_t n = (c->n_tokens + c->rows_behind) * (c->d_head / 2);
    float *cosines = normals(n), *sines = judge_floats(n);
    for (size_t at = 0; at < n; at++) {
        const double half = 1.5 * (double)cosines[at], length = 1 + half * half;
        cosines[at] = (float)((1 - half * half) / length);
        sines[at] = (float)(2 * half / length);
    }
    c->cosines = cosines;
    c->sines = sines;
}

// Calls of the same sizes in the same place: the second differs from the first in a single
// cosine, the third has another x too, and of the tables one sine is another.
static void try_turn_thrice(struct turn c)
{
    const size_t n = c.n_tokens * c.n_heads * c.d_head,
                 n_angles = (c.n_tokens + c.rows_behind) * (c.d_head / 2),
                 n_used = c.n_tokens * (c.d_head / 2);
    use_random_angles(&c);
    c.x = normals(n);
    try_turn(&c);
    c.cosines = one_other(c.cosines, n_angles, n_used);
    try_turn(&c);
    c.x = normals(n);
    c.sines = one_other(c.sines, n_angles, n_used);
    try_turn(&c);
}

static void try_random_turn(size_t n_tokens, size_t n_heads, size_t d_head, bool halves)
{
    try_turn_thrice(
        (struct turn){NULL, NULL, NULL, n_tokens, n_heads, d_head, halves, 0});
}

static void try_turn_once(size_t n_tokens, size_t n_heads, size_t d_head, bool halves)
{
    struct turn c = {normals(n_tokens * n_heads * d_head),
                     NULL,
                     NULL,
                     n_tokens,
                     n_heads,
                     d_head,
                     halves,
                     0};
    use_random_angles(&c);
    try_turn(&c);
}

static const float one_to_four[] = {1, 2, 3, 4};

// x = 1 2 3 4, base 10,000, positions 0, 1, 2, 10 and base 500,000, position 10, both
// layouts (PyTorch 1.13, double; the last one for halves only).
static void try_reference(bool halves)
{
    static const size_t positions[] = {0, 1, 2, 10};
    static const double wanted[2][4][4] = {
        {{1, 2, 3, 4},
         {-1.14263966, 1.9220756, 2.95985067, 4.0297995},
         {-2.23474169, 0.0770037537, 2.91940535, 4.05919603},
         {0.248970693, -2.22216417, 2.58567883, 4.27951691}},
        {{1, 2, 3, 4},
         {-1.98411065, 1.95990067, 2.4623779, 4.01979967},
         {-3.14403912, 1.91960535, -0.339143083, 4.03919736},
         {0.792991804, 1.59067466, -3.0612357, 4.17968349}}};
    struct turn c = {one_to_four, NULL, NULL, 1, 1, 4, halves, 1};
    for (size_t p = 0; p < 4; p++) {
        use_positions(&c, positions[p], 10000);
        expect_floats(try_turn(&c), wanted[halves][p], filled(4, 3e-6), 1, 4);
    }
    if (halves) {
        const double llama3[] = {0.792991804, 1.94323335, -3.0612357, 4.02788334};
        use_positions(&c, 10, 500000);
        expect_floats(try_turn(&c), llama3, filled(4, 3e-6), 1, 4);
    }
}

// Every number of pairs, and up to 17 heads and 17 tokens, for calls in one process.
enum { N_TURNS = N_WIDTHS + 2 * 17, MOST_ANGLES = 2 * 129 };

static struct turn shape_of_turn(size_t j, bool halves)
{
    struct turn c = {.n_tokens = 1 + j % 2,
                     .n_heads = 1 + j % 3,
                     .d_head = j < N_WIDTHS ? 2 * width_of(j) : 2 + 2 * (j % 2),
                     .halves = halves};
    if (j >= N_WIDTHS + 17)
        c.n_tokens = j - N_WIDTHS - 16;
    else if (j >= N_WIDTHS)
        c.n_heads = j - N_WIDTHS + 1;
    return c;
}

static void try_many_turns(bool halves)
{
    struct turn c = {NULL, NULL, NULL, 1, 1, 2 * MOST_ANGLES, halves, 0};
    size_t n = 0, n_right = 0;
    for (size_t j = 0; j < N_TURNS; j++) {
        const struct turn shape = shape_of_turn(j, halves);
        n += shape.n_tokens * shape.n_heads * shape.d_head;
    }
    const float *values = normals(n);
    use_random_angles(&c);
    // One pair is at rest, and one turns by a quarter, others behind them.
    ((float *)c.cosines)[4] = ((float *)c.sines)[9] = 1;
    ((float *)c.cosines)[9] = ((float *)c.sines)[4] = 0;
    fresh_case();
    float *x = floats_inout(values, n);
    const float *cosines = floats_in(c.cosines, MOST_ANGLES),
                *sines = floats_in(c.sines, MOST_ANGLES);
    together();
    for (size_t j = 0, at = 0; j < N_TURNS; j++) {
        const struct turn t = shape_of_turn(j, halves);
        (void)call_rope(x + at, cosines, sines, t.n_tokens, t.n_heads, t.d_head, halves);
        at += t.n_tokens * t.n_heads * t.d_head;
    }
    together_now();
    for (size_t at = 0; n_right < N_TURNS; n_right++) {
        struct turn t = shape_of_turn(n_right, halves);
        const size_t numbers = t.n_tokens * t.n_heads * t.d_head;
        double *wanted = as_doubles(values + at, numbers), *off = judge_doubles(numbers);
        t.x = values + at;
        t.cosines = c.cosines;
        t.sines = c.sines;
        turned(wanted, off, &t);
        if (returned(n_right) == 0 || !are_right(x + at, wanted, off, numbers)) {
            try_turn(&t);
            break;
        }
        at += numbers;
    }
    expect_no_memory(n_right == N_TURNS, halves ? "rope_half_split" : "rope_interleaved");
}

// Tables that are longer than the text come first: wrong rows and columns of them stay inside,
// and have a name. Then few tokens of many heads, many tokens of few.
static void try_random_turns(bool halves)
{
    const size_t most = random_between(5, 7);
    try_turn_thrice((struct turn){NULL, NULL, NULL, most, most - 2,
                                  2 * random_between(5, 9), halves, most * (most - 3)});
    for (int draw = 0; draw < 5; draw++) {
        size_t n_tokens = draw == 4 ? 1 : random_between(3, 9);
        size_t n_heads = random_between(2, 5);
        size_t d_head = draw == 2 ? 2 : 2 * random_between(3, 40);
        if (draw == 3) {
            n_heads = n_tokens;
            n_tokens = 2;
        }
        n_heads += n_heads == n_tokens;
        while (d_head == n_heads || d_head == n_tokens)
            d_head += 2;
        (draw < 4 ? try_random_turn : try_turn_once)(n_tokens, n_heads, d_head, halves);
    }
    // As many tokens as heads or numbers, as many heads as numbers.
    try_turn_once(16, 16, 16, halves);
    try_turn_once(3, 8, 8, halves);
    try_many_turns(halves);
}

// Both tables may be one array.
static void try_one_table(bool halves)
{
    const size_t n_tokens = 3, n_heads = 2, d_head = 4, n = 3 * 2 * 4;
    const float *table = normals(3 * 2);
    const struct turn c = {normals(n), table,  table,  n_tokens,
                           n_heads,    d_head, halves, 0};
    double *wanted = as_doubles(c.x, n), *off = judge_doubles(n);
    turned(wanted, off, &c);
    fresh_case();
    judge_case("cosines and sines are the same array.");
    float *x = floats_inout(c.x, n);
    const float *both = floats_in(table, 3 * 2);
    expect_accepted(call_rope(x, both, both, n_tokens, n_heads, d_head, halves), x);
    expect_floats(x, wanted, off, n_tokens * n_heads, d_head);
}

// Tables that hold no cosine and sine of one angle, and x of every size; a NaN stays in
// its pair.
static void try_any_tables(bool halves)
{
    static const double scales[][2] = {{1, 1},       {1e-30, 1e6}, {1e15, 1e6},
                                       {1e-40, 1e6}, {1e-40, 1},   {1e25, 1e-33},
                                       {1, 1e6}};
    enum { N_SCALES = sizeof scales / sizeof *scales };
    for (size_t s = 0; s < N_SCALES; s++) {
        const size_t n_tokens = 4, n_heads = 3, d_head = 6;
        float *x = scaled_normals(4 * 3 * 6, scales[s][0]);
        float *cosines = scaled_normals(4 * 3, scales[s][1]),
              *sines = scaled_normals(4 * 3, scales[s][1]);
        cosines[2] = cosines[3] = sines[3] = sines[4] = 0;
        cosines[5] = 1;
        sines[6] = 1;
        cosines[0] = 1; // leaves the first pair of a token alone, and no other
        sines[0] = 0;
        if (s == 1) // a pair of zeros, and others behind it
            x[0] = x[halves ? 3 : 1] = 0;
        if (s == N_SCALES - 1) // the first and the second of a pair; no 0 meets them
            x[(3 * 3 + 0) * 6] = x[(3 * 3 + 1) * 6 + 5] = NAN;
        try_turn(&(struct turn){x, cosines, sines, n_tokens, n_heads, d_head, halves, 0});
    }
    struct turn c = {normals(4 * 3 * 6), NULL, NULL, 4, 3, 6, halves, 0};
    use_random_angles(&c);
    float *cosines = judge_floats(12), *sines = judge_floats(12), *x = normals(4 * 3 * 6);
    for (size_t k = 0; k < 12; k++) { // nearly a cosine and its sine
        cosines[k] = 1.0002f * c.cosines[k];
        sines[k] = 1.0002f * c.sines[k];
    }
    cosines[0] = 1.0005f;
    sines[4] = -1.003f;
    try_turn(&(struct turn){x, cosines, sines, 4, 3, 6, halves, 0});
    cosines[1] = NAN;
    sines[5] = NAN;
    try_turn(&(struct turn){x, cosines, sines, 4, 3, 6, halves, 0});
    try_one_table(halves);
}

static void try_large_turns(bool halves)
{
    try_turn_once(7, 3, 134, halves);
    try_turn_once(5003, 2, 2, halves);
    try_turn_once(2, 66001, 2, halves);
    try_turn_once(2, 1, 66002, halves);
    try_turn_once(70001, 1, 2, halves);
}

static void refuse_turn(size_t n_tokens, size_t n_heads, size_t d_head, bool halves)
{
    fresh_case();
    float *x = floats_inout(normals(16), 16);
    const float *cosines = floats_in(normals(16), 16),
                *sines = floats_in(normals(16), 16);
    expect_refused(call_rope(x, cosines, sines, n_tokens, n_heads, d_head, halves), x,
                   "d_head is 0 or odd");
}

static void refuse_turns(bool halves)
{
    try_random_turn(2, 2, 4, halves);
    refuse_turn(1, 2, 0, halves);
    refuse_turn(0, 2, 0, halves);
    refuse_turn(0, 2, 7, halves);
    refuse_turn(2, 0, 7, halves);
    for (size_t n = 0; n < N_ODD; n++)
        refuse_turn(1, 2, odd_counts[n], halves);
    try_random_turn(3, 1, 4, halves);
}

static void try_no_turn(size_t n_tokens, size_t n_heads, bool halves)
{
    fresh_case();
    float *x = floats_inout(normals(8), 8);
    const float *cosines = floats_in(normals(8), 8), *sines = floats_in(normals(8), 8);
    expect(call_rope(x, cosines, sines, n_tokens, n_heads, 4, halves),
           "No tokens or no heads are no error: there is nothing to do, and true is "
           "right.");
    expect(is_untouched(x), "x was written to although there is nothing to turn.");
}

static void try_nothing_to_turn(bool halves)
{
    try_random_turn(2, 3, 4, halves);
    try_no_turn(0, 2, halves);
    try_no_turn(2, 0, halves);
    try_no_turn(0, 0, halves);
    try_random_turn(2, 3, 4, halves);
}

static void try_turns_in_bounds(bool halves)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_turn(5, 3, 10, halves);
        try_random_turn(3, 5, 6, halves);
    }
}

Test(rope_interleaved, reference_rows)
{
    try_reference(false);
    try_random_turn(1, 1, 4, false);
    judge_passed();
}

Test(rope_interleaved, random_heads)
{
    try_random_turns(false);
    judge_passed();
}

Test(rope_interleaved, any_tables)
{
    try_any_tables(false);
    judge_passed();
}

Test(rope_interleaved, large_sizes)
{
    try_large_turns(false);
    judge_passed();
}

Test(rope_interleaved, refuses_odd)
{
    refuse_turns(false);
    try_nothing_to_turn(false);
    judge_passed();
}

Test(rope_interleaved, stays_in_bounds)
{
    try_turns_in_bounds(false);
    judge_passed();
}

Test(rope_half_split, reference_rows)
{
    try_reference(true);
    try_random_turn(1, 1, 4, true);
    judge_passed();
}

Test(rope_half_split, random_heads)
{
    try_random_turns(true);
    judge_passed();
}

Test(rope_half_split, any_tables)
{
    try_any_tables(true);
    judge_passed();
}

Test(rope_half_split, large_sizes)
{
    try_large_turns(true);
    judge_passed();
}

Test(rope_half_split, refuses_odd)
{
    refuse_turns(true);
    try_nothing_to_turn(true);
    judge_passed();
}

Test(rope_half_split, stays_in_bounds)
{
    try_turns_in_bounds(true);
    judge_passed();
}

// ---- 4.6 rope_score ------------------------------------------------------------------

struct meeting {
    const float *q, *k;
    size_t m, n, d_head;
    double base;
};

// A float holds an angle to 2^-24 of itself, a double to 2^-52.
enum precision { NEAR, FAR };

static void scored(double *score, double *off, const struct meeting *c,
                   enum precision precision)
{
    const double distance = (double)c->n - (double)c->m;
    double sum = 0, sizes = 0;
    for (size_t i = 0; i < c->d_head / 2; i++) {
        const double angle =
            distance * pow(c->base, -2.0 * (double)i / (double)c->d_head);
        const double q0 = (double)c->q[2 * i], q1 = (double)c->q[2 * i + 1];
        const double k0 = (double)c->k[2 * i], k1 = (double)c->k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
        sizes += (fabs(q0) + fabs(q1)) * (fabs(k0) + fabs(k1));
    }
    *score = sum;
    *off = sizes * (roundings(c->d_head) * 0x1p-23 +
                    fabs(distance) * (precision == NEAR ? 0x1p-20 : 0x1p-49)) +
           (double)c->d_head * 0x1p-147;
    *off = isfinite(*off) ? *off : 0;
}

static void try_score(const struct meeting *c, enum precision precision)
{
    double wanted, off;
    scored(&wanted, &off, c, precision);
    fresh_case();
    const bool shared = c->k == c->q;
    if (shared)
        judge_case("q and k are the same array.");
    const float *q = floats_in(c->q, c->d_head);
    const float *k = shared ? q : floats_in(c->k, c->d_head);
    float *score = floats_out(1);
    expect_accepted(CALL(rope_score, score, q, k, c->m, c->n, c->d_head, (float)c->base),
                    score);
    expect_floats(score, &wanted, &off, 1, 1);
}

static void try_score_once(size_t m, size_t n, size_t d, double base,
                           enum precision precision)
{
    try_score(&(struct meeting){normals(d), normals(d), m, n, d, base}, precision);
}

// Twice the same places and sizes: of k one number is another.
static void try_random_score(size_t m, size_t n, size_t d, double base,
                             enum precision precision)
{
    struct meeting c = {normals(d), normals(d), m, n, d, base};
    try_score(&c, precision);
    c.k = one_other(c.k, d, d);
    try_score(&c, precision);
}

// q and k of the chapter, base 10,000 (PyTorch 1.13, double).
Test(rope_score, reference_scores)
{
    static const float query[] = {0.5f, -1, 2, 0.25f};
    static const size_t places[3][2] = {{5, 2}, {13, 10}, {2, 5}};
    static const double wanted[] = {8.98154637, 8.98154637, 7.98213159};
    for (size_t p = 0; p < 3; p++) {
        const struct meeting c = {query,        one_to_four, places[p][0],
                                  places[p][1], 4,           10000};
        double score, off;
        scored(&score, &off, &c, NEAR);
        judge_relies_on(fabs(score - wanted[p]) < 1e-7);
        try_score(&c, NEAR);
    }
    try_random_score(5, 2, 4, 10000, NEAR);
    judge_passed();
}

// Numbers of every size, and one that is none.
static void try_special_scores(void)
{
    const double scales[][2] = {{1e-20, 1e-20}, {1e-30, 1e30}, {1e-40, 1}, {1e18, 1e18}};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        float *q = scaled_normals(6, scales[s][0]), *k = scaled_normals(6, scales[s][1]);
        if (s % 2 == 0) // a pair of zeros, and others behind it
            (s == 0 ? q : k)[0] = (s == 0 ? q : k)[1] = 0;
        try_score(&(struct meeting){q, k, 7, 3, 6, 10000}, NEAR);
    }
    float *q = normals(6);
    try_score(&(struct meeting){q, q, 4, 4, 6, 10000}, NEAR);
    try_score(&(struct meeting){q, q, 9, 4, 6, 10000}, NEAR);
    q[random_between(0, 5)] = NAN;
    try_score(&(struct meeting){q, normals(6), 7, 3, 6, 10000}, NEAR);
    try_random_score(0, 0, 6, 10000, NEAR);
}

// Nearly all that counts is the sine of a small angle: the other pair is small, and in this
// one q and k are at a right angle.
static void try_small_angle(void)
{
    float q[4] = {1e-3f, 0}, k[4] = {1e-3f, 0};
    q[3] = (float)(1 + fabs(random_normal()));
    k[2] = (float)(1 + fabs(random_normal()));
    try_score(&(struct meeting){q, k, 4, 5, 4, 1.2e10}, NEAR); // 9e-6
    try_score(&(struct meeting){q, k, 5, 4, 4, 1.2e8}, NEAR);
}

// Every number of pairs in one process, q and k from the same place.
static void try_many_scores(void)
{
    const float *q = normals(2 * 129), *k = normals(2 * 129);
    struct meeting all[N_WIDTHS];
    size_t n_right = 0;
    fresh_case();
    const float *q_in = floats_in(q, 2 * 129), *k_in = floats_in(k, 2 * 129);
    float *scores = floats_out(N_WIDTHS);
    together();
    for (size_t j = 0; j < N_WIDTHS; j++) {
        all[j] = (struct meeting){
            q, k, random_between(0, 9), random_between(0, 9), 2 * width_of(j), 10000};
        (void)CALL(rope_score, scores + j, q_in, k_in, all[j].m, all[j].n, all[j].d_head,
                   10000.0f);
    }
    together_now();
    for (; n_right < N_WIDTHS; n_right++) {
        double wanted, off;
        scored(&wanted, &off, &all[n_right], NEAR);
        if (returned(n_right) == 0 || !are_right(scores + n_right, &wanted, &off, 1)) {
            try_score(&all[n_right], NEAR);
            break;
        }
    }
    expect_no_memory(n_right == N_WIDTHS, "rope_score");
}

Test(rope_score, random_places)
{
    const double bases[] = {10000, 500000, 2, 1, 1000000};
    for (size_t draw = 0; draw < 10; draw++) {
        const size_t d = draw == 0 ? 2 : 2 * random_between(2, 40);
        const size_t m = random_between(4, 30);
        const size_t n = draw % 3 == 0   ? m - random_between(1, 3)
                         : draw % 3 == 1 ? m + random_between(1, 20)
                                         : m;
        const double drawn = (double)(float)(1 + 50 * fabs(random_normal()));
        (draw < 3 ? try_random_score : try_score_once)(m, n, d,
                                                       draw < 5   ? bases[draw]
                                                       : draw < 7 ? drawn
                                                                  : 10000,
                                                       NEAR);
    }
    // Any base from 1 upwards; the same width with one base after the other.
    try_score_once(9, 2, 6, 1 + (double)random_between(5, 13) / 16, NEAR);
    try_score_once(9, 2, 6, 1.001, NEAR);
    try_score_once(2, 9, 6, 0x1p100, NEAR);
    try_score_once(5, 2, 8, 1e8, NEAR);
    try_score_once(11, 4, 8, 1e9, NEAR);
    try_score_once(6, 1, 8, (double)FLT_MAX, NEAR);
    try_small_angle();
    try_score_once(0, random_between(3, 9), 6, 10000, NEAR);
    try_score_once(random_between(3, 9), 0, 6, 10000, NEAR);
    try_many_scores();
    try_special_scores();
    judge_passed();
}

// Far places, and far distances. Of a single pair the speed is exactly 1, and so the angle
// of any distance is exact.
Test(rope_score, far_away)
{
    const size_t one = 1, drawn = random_between(90000, 110000);
    const size_t places[][3] = {
        {10, 13, 8},
        {random_between(70, 4999), 5, 8},
        {3, random_between(32800, 65500), 8},
        {1000003, 1000000, 8},
        {100000000, 100000003, 8},
        {one << 24, (one << 24) + 1, 8},
        {(one << 24) + 1, one << 24, 8},
        {(one << 32) - 1, (one << 32) + 2, 8},
        {0, 100003, 8},
        {100003, 0, 8},
        {7, drawn, 8},
        {drawn, 7, 12},
        {(one << 24) + 1, 0, 8},
        {0, (one << 31) + 11, 2},
        {(one << 32) + 7, 0, 2},
        {3000000017u, 5, 2},
#if SIZE_MAX > UINT32_MAX
        {one << 50, (one << 50) + 3, 8},
#endif
    };
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        const size_t d = places[p][2];
        try_score(&(struct meeting){normals(d), normals(d), places[p][0], places[p][1], d,
                                    10000},
                  FAR);
    }
    judge_passed();
}

// A long key that is much like its query: the score is large.
static void try_long_score(size_t m, size_t n, size_t d)
{
    float *q = normals(d), *k = normals(d);
    for (size_t i = 0; i < d; i++)
        k[i] = q[i] + 0.5f * k[i];
    try_score(&(struct meeting){q, k, m, n, d, 10000}, NEAR);
}

Test(rope_score, large_sizes)
{
    try_random_score(3, 11, 130, 10000, NEAR);
    try_long_score(11, 3, 5002);
    try_long_score(4, 9, 70002);
    judge_passed();
}

static void refuse_score(size_t d_head)
{
    fresh_case();
    const float *q = floats_in(normals(8), 8), *k = floats_in(normals(8), 8);
    float *score = floats_inout(normals(1), 1);
    expect_refused(CALL(rope_score, score, q, k, 3, 1, d_head, 10000.0f), score,
                   "d_head is 0 or odd");
}

Test(rope_score, refuses_odd)
{
    try_random_score(3, 1, 4, 10000, NEAR);
    refuse_score(0);
    for (size_t n = 0; n < N_ODD; n++)
        refuse_score(odd_counts[n]);
    try_random_score(1, 3, 4, 10000, NEAR);
    judge_passed();
}

Test(rope_score, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_score(4, 9, 10, 10000, NEAR);
        try_random_score(9, 4, 2, 10000, NEAR);
    }
    judge_passed();
}
