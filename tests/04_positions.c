// Tests of chapter 4, positions. A suite is a function, a test one thing that can be wrong.
#include "04_positions.h"
#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

JUDGE_CHAPTER(4);

static float *normals(size_t n)
{
    float *values = judge_floats(n);
    fill_normal(values, n);
    return values;
}

// ---- 4.1 attention_forward -----------------------------------------------------------

struct head {
    const float *q, *k, *v;
    size_t n_tokens, d_head;
    bool causal;
};

// Ways to compute a head, the first of them right.
enum way {
    RIGHT,
    NO_SCALE,
    SCALED_BY_D,
    OVER_QUERIES,
    HIDES_SELF,
    HEARS_NEXT,
    HEARS_LATER,
    OTHER_MASK,
    NOT_DIVIDED,
    NOT_DIVIDED_SHIFTED,
    EXCHANGED,
    MASKED_AS_ZERO,
    MASKED_AFTER
};

static double score_of(const struct head *h, size_t t, size_t s, enum way way)
{
    const float *a = way == EXCHANGED ? h->k : h->q, *b = way == EXCHANGED ? h->q : h->k;
    double sum = 0;
    for (size_t i = 0; i < h->d_head; i++)
        sum += (double)a[t * h->d_head + i] * (double)b[s * h->d_head + i];
    if (way == NO_SCALE)
        return sum;
    return sum / (way == SCALED_BY_D ? (double)h->d_head : sqrt((double)h->d_head));
}

static bool hears(const struct head *h, size_t t, size_t s, enum way way)
{
    if (way == OTHER_MASK ? h->causal : !h->causal)
        return true;
    if (way == HIDES_SELF)
        return s < t;
    if (way == HEARS_LATER)
        return s >= t;
    return s <= t + (way == HEARS_NEXT ? 1 : 0);
}

// weight[t][s]: the exponential of a score, 0 where it is not heard
static double *weights_of(const struct head *h, enum way way)
{
    const size_t n = h->n_tokens;
    double *weight = judge_doubles(n * n);
    for (size_t t = 0; t < n; t++) {
        double largest = -INFINITY;
        for (size_t s = 0; s < n; s++)
            if (hears(h, t, s, way) || way == MASKED_AFTER)
                largest = fmax(largest, score_of(h, t, s, way));
        if (way == NOT_DIVIDED || way == MASKED_AS_ZERO || way == OVER_QUERIES)
            largest = 0;
        for (size_t s = 0; s < n; s++)
            if (hears(h, t, s, way) || way == MASKED_AFTER)
                weight[t * n + s] = exp(score_of(h, t, s, way) - largest);
            else if (way == MASKED_AS_ZERO)
                weight[t * n + s] = 1;
    }
    return weight;
}

static double *shares_of(const struct head *h, enum way way)
{
    const size_t n = h->n_tokens;
    double *share = weights_of(h, way);
    const double *weight = weights_of(h, way);
    for (size_t t = 0; t < n && way != NOT_DIVIDED && way != NOT_DIVIDED_SHIFTED; t++)
        for (size_t s = 0; s < n; s++) {
            double sum = 0;
            for (size_t r = 0; r < n; r++)
                sum += way == OVER_QUERIES ? weight[r * n + s] : weight[t * n + r];
            share[t * n + s] = sum > 0 ? weight[t * n + s] / sum : ANYTHING;
            if (way == MASKED_AFTER && !hears(h, t, s, RIGHT))
                share[t * n + s] = 0;
        }
    return share;
}

// out[t][i] = sum of share[t][s] value[s][i], or of share[s][t] value[s][i]
static double *mixed(const struct head *h, const double *share, const float *value,
                     bool turned)
{
    const size_t n = h->n_tokens, d = h->d_head;
    double *out = judge_doubles(n * d);
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < n; s++)
            for (size_t i = 0; i < d; i++)
                out[t * d + i] +=
                    share[turned ? s * n + t : t * n + s] * (double)value[s * d + i];
    return out;
}

static void expect_shares(const float *att, const struct head *h)
{
    const size_t n = h->n_tokens;
    const double *wanted = shares_of(h, RIGHT);
    const struct mistake mistakes[] = {
        {h->causal ? "The mask is ignored: causal is true here."
                   : "The mask is on although causal is false.",
         shares_of(h, OTHER_MASK)},
        {"The scores are not divided by the square root of d_head.",
         shares_of(h, NO_SCALE)},
        {"The scores are divided by d_head itself, not by its square root.",
         shares_of(h, SCALED_BY_D)},
        {"The softmax runs over the queries: the shares of one query sum to 1.",
         shares_of(h, OVER_QUERIES)},
        {"The mask hides the token itself: s <= t is heard.", shares_of(h, HIDES_SELF)},
        {"The mask lets the next token in: only s <= t is heard.",
         shares_of(h, HEARS_NEXT)},
        {"The mask is the wrong way round: these are the later tokens.",
         shares_of(h, HEARS_LATER)},
        {"The exponentials are not divided by their sum.", shares_of(h, NOT_DIVIDED)},
        {"The exponentials are not divided by their sum.",
         shares_of(h, NOT_DIVIDED_SHIFTED)},
        {"Query and key are exchanged: token t asks with q[t].", shares_of(h, EXCHANGED)},
        {"A masked score of 0 still counts: its exponential is 1.",
         shares_of(h, MASKED_AS_ZERO)},
        {"This masks after the softmax: the shares no longer sum to 1.",
         shares_of(h, MASKED_AFTER)},
        {"This is the transpose: att[t][s], row t for the token that asks.",
         transposed(wanted, n, n)},
        {NULL, NULL},
    };
    expect_floats("att", att, wanted, filled(n * n, 3e-5), n, n, mistakes);
}

static void expect_outputs(const float *out, const struct head *h)
{
    const size_t n = h->n_tokens, d = h->d_head;
    const double *share = shares_of(h, RIGHT);
    const double *wanted = mixed(h, share, h->v, false);
    double *last = judge_doubles(n * d), *equal = judge_doubles(n * n);
    for (size_t t = 0; t < n; t++) {
        const size_t s = h->causal ? t : n - 1;
        for (size_t i = 0; i < d; i++)
            last[t * d + i] = share[t * n + s] * (double)h->v[s * d + i];
        for (size_t r = 0; r < n; r++)
            equal[t * n + r] = 1;
    }
    const struct mistake mistakes[] = {
        {"att is used transposed: out[t] mixes with att[t][s].",
         mixed(h, share, h->v, true)},
        {"The keys are mixed: what a head hands over are the values.",
         mixed(h, share, h->k, false)},
        {"The queries are mixed: what a head hands over are the values.",
         mixed(h, share, h->q, false)},
        {"Here stands only the last term of each sum: = where += belongs.", last},
        {"The values are added up without their shares.", mixed(h, equal, h->v, false)},
        {NULL, NULL},
    };
    expect_floats("out", out, wanted, filled(n * d, 2e-4), n, d, mistakes);
}

static float *try_head(const struct head *h)
{
    const size_t n_tokens = h->n_tokens, d_head = h->d_head, n = n_tokens * d_head;
    const bool causal = h->causal;
    const float *q = floats_in("q", h->q, n), *k = floats_in("k", h->k, n);
    const float *v = floats_in("v", h->v, n);
    float *out = floats_out("out", n), *att = floats_out("att", n_tokens * n_tokens);
    judge_case("n_tokens %zu, d_head %zu, causal %s", n_tokens, d_head,
               causal ? "true" : "false");
    expect_accepted(CALL(attention_forward, out, att, q, k, v, n_tokens, d_head, causal),
                    att);
    expect_shares(att, h);
    expect_outputs(out, h);
    return out;
}

// The three words of the chapter. Wanted: PyTorch 1.13 in double, softmax(X X^T / sqrt(2)) X,
// with torch.triu for the mask.
static const float words[3 * 2] = {1, 0, 0, 2, 1, 1};

Test(attention_forward, worked_example)
{
    const double free_wanted[] = {0.802224185, 0.796663722, 0.232082064,
                                  1.72252957,  0.598887907, 1.20333628};
    const double causal_wanted[] = {1,          0,           0.0558072192,
                                    1.88838556, 0.598887907, 1.20333628};
    const struct head open = {words, words, words, 3, 2, false};
    const struct head causal = {words, words, words, 3, 2, true};
    expect_floats("out", try_head(&open), free_wanted, filled(6, 2e-6), 3, 2, NULL);
    expect_floats("out", try_head(&causal), causal_wanted, filled(6, 2e-6), 3, 2, NULL);
    judge_passed();
}

Test(attention_forward, random_heads)
{
    for (int draw = 0; draw < 10; draw++) {
        size_t n = draw == 0 ? 1 : random_between(4, 20);
        size_t d = draw == 1 ? 1 : random_between(2, 24);
        d += d == n;
        const struct head h = {normals(n * d), normals(n * d), normals(n * d), n, d,
                               draw % 2 == 0};
        try_head(&h);
    }
    judge_passed();
}

// A shuffle of the input: without a mask the outputs are shuffled along (gap 0), with one
// the three words in the order man, dog, bites differ by 0.5 (PyTorch 1.13, double).
Test(attention_forward, sees_no_order)
{
    const size_t order[] = {2, 0, 1};
    float shuffled[3 * 2];
    for (size_t t = 0; t < 3; t++)
        memcpy(shuffled + 2 * t, words + 2 * order[t], 2 * sizeof *words);
    for (int causal = 0; causal < 2; causal++) {
        const struct head plain = {words, words, words, 3, 2, causal == 1};
        const struct head moved = {shuffled, shuffled, shuffled, 3, 2, causal == 1};
        const float *before = try_head(&plain), *after = try_head(&moved);
        double gap = 0;
        for (size_t t = 0; t < 3; t++)
            for (size_t i = 0; i < 2; i++)
                gap = fmax(gap, fabs((double)after[2 * t + i] -
                                     (double)before[2 * order[t] + i]));
        expect_number("the gap after a shuffle", gap, causal ? 0.5 : 0, 1e-6, NULL);
    }
    judge_passed();
}

// d_head 4, so that the root is exactly 2: the scores are the first numbers of the keys.
Test(attention_forward, large_scores)
{
    const float first[] = {1000, 1001, 1002, -1000, -1001, -1002, 0, 300};
    for (size_t from = 0; from < 6; from++) {
        float q[3 * 4] = {0}, k[3 * 4] = {0};
        for (size_t t = 0; t < 3; t++) {
            q[4 * t] = 2;
            k[4 * t] = first[from + t];
        }
        const struct head h = {q, k, normals(12), 3, 4, false};
        judge_remark(
            "Subtract the largest score of the row from all of them before expf: "
            "expf(1000) is infinite, and all of expf(-1000) are 0.");
        try_head(&h);
    }
    judge_passed();
}

// Keys of the future so large that only skipping them, or minus infinity, hides them.
Test(attention_forward, future_stays_hidden)
{
    const size_t n = 6, d = 3;
    float *q = normals(n * d), *k = normals(n * d), *v = normals(n * d);
    for (size_t i = 0; i < d; i++) {
        k[(n - 1) * d + i] = 1e15f;
        q[(n - 1) * d + i] = 0;
        for (size_t t = 0; t < n - 1; t++)
            q[t * d + i] = fabsf(q[t * d + i]);
    }
    const struct head h = {q, k, v, n, d, true};
    judge_remark(
        "The last key is huge, and only the last token may hear it. A mask of -1e9 "
        "is not enough: leave later keys out, or use -INFINITY.");
    try_head(&h);
    judge_passed();
}

Test(attention_forward, refuses_empty)
{
    const struct head good = {words, words, words, 3, 2, false};
    try_head(&good);
    for (size_t empty = 0; empty < 2; empty++) {
        const float *q = floats_in("q", words, 6), *k = floats_in("k", words, 6);
        const float *v = floats_in("v", words, 6);
        float *out = floats_out("out", 6), *att = floats_out("att", 9);
        const size_t n = empty == 0 ? 0 : 3, d = empty == 1 ? 0 : 2;
        judge_case("n_tokens %zu, d_head %zu", n, d);
        const bool returned = CALL(attention_forward, out, att, q, k, v, n, d, false);
        expect_refused(returned, out, "a size is 0");
        expect_refused(returned, att, "a size is 0");
    }
    judge_passed();
}

Test(attention_forward, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        for (int causal = 0; causal < 2; causal++) {
            const struct head h = {normals(35), normals(35), normals(35),
                                   5,           7,           causal == 1};
            try_head(&h);
        }
    }
    judge_passed();
}

// ---- 4.2 add_positions ---------------------------------------------------------------

// x[t][i] scaled, plus times wpe[row(t)][i]; rows beyond the table are ANYTHING
static double *added(const float *x, const float *wpe, size_t n, size_t rows, size_t d,
                     double scale, double times, long first, long step)
{
    double *out = judge_doubles(n * d);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < d; i++) {
            const long row = first + step * (long)t;
            out[t * d + i] = row < 0 || row >= (long)rows
                                 ? ANYTHING
                                 : scale * (double)x[t * d + i] +
                                       times * (double)wpe[(size_t)row * d + i];
        }
    return out;
}

// wpe read at t * row_step + i * step, for strides that are not d and 1
static double *added_strided(const float *x, const float *wpe, size_t n, size_t rows,
                             size_t d, size_t row_step, size_t step)
{
    double *out = judge_doubles(n * d);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < d; i++) {
            const size_t at = t * row_step + i * step;
            out[t * d + i] =
                at < rows * d ? (double)x[t * d + i] + (double)wpe[at] : ANYTHING;
        }
    return out;
}

static double *without_last_row(const double *values, const float *x, size_t n, size_t d)
{
    double *out = judge_doubles(n * d);
    memcpy(out, values, n * d * sizeof *out);
    for (size_t i = 0; i < d; i++)
        out[(n - 1) * d + i] = (double)x[(n - 1) * d + i];
    return out;
}

static void expect_added(const float *got, const float *x, const float *wpe, size_t n,
                         size_t rows, size_t d)
{
    const double *wanted = added(x, wpe, n, rows, d, 1, 1, 0, 1);
    const struct mistake mistakes[] = {
        {"The token is gone: = where += belongs.", added(x, wpe, n, rows, d, 0, 1, 0, 1)},
        {"This adds row t + 1: positions count from 0.",
         added(x, wpe, n, rows, d, 1, 1, 1, 1)},
        {"This adds row t - 1: positions count from 0.",
         added(x, wpe, n, rows, d, 1, 1, -1, 1)},
        {"Every token got row 0: row t belongs to position t.",
         added(x, wpe, n, rows, d, 1, 1, 0, 0)},
        {"The last rows of wpe are used: position 0 is its first row.",
         added(x, wpe, n, rows, d, 1, 1, (long)(rows - n), 1)},
        {"The positions run backwards.",
         added(x, wpe, n, rows, d, 1, 1, (long)n - 1, -1)},
        {"The positions are subtracted.", added(x, wpe, n, rows, d, 1, -1, 0, 1)},
        {"The positions are added twice.", added(x, wpe, n, rows, d, 1, 2, 0, 1)},
        {"x is multiplied by the square root of d_model first: that is another model.",
         added(x, wpe, n, rows, d, sqrt((double)d), 1, 0, 1)},
        {"This reads a column of wpe: it is stored as [max_seq_len][d_model].",
         added_strided(x, wpe, n, rows, d, 1, rows)},
        {"The rows of wpe are d_model apart, not max_seq_len.",
         added_strided(x, wpe, n, rows, d, rows, 1)},
        {"The rows of wpe are d_model apart, not n_tokens.",
         added_strided(x, wpe, n, rows, d, n, 1)},
        {"The last token got no position.", without_last_row(wanted, x, n, d)},
        {NULL, NULL},
    };
    expect_floats("x", got, wanted, filled(n * d, 1e-6), n, d, mistakes);
}

static void try_add(const float *values, const float *table, size_t n_tokens,
                    size_t max_seq_len, size_t d_model)
{
    float *x = floats_inout("x", values, n_tokens * d_model);
    const float *wpe = floats_in("wpe", table, max_seq_len * d_model);
    judge_case("n_tokens %zu, max_seq_len %zu, d_model %zu", n_tokens, max_seq_len,
               d_model);
    expect_accepted(CALL(add_positions, x, wpe, n_tokens, max_seq_len, d_model), x);
    expect_added(x, values, table, n_tokens, max_seq_len, d_model);
}

static const float small_wpe[4 * 2] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f};

Test(add_positions, worked_example)
{
    try_add(words, small_wpe, 3, 4, 2);
    judge_passed();
}

Test(add_positions, random_tables)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t n = draw == 0 ? 1 : random_between(3, 20);
        size_t rows = n + random_between(2, 9);
        size_t d = draw == 1 ? 1 : random_between(2, 30);
        while (d == n || d == rows)
            d++;
        try_add(normals(n * d), normals(rows * d), n, rows, d);
    }
    judge_passed();
}

Test(add_positions, full_table)
{
    judge_remark("As many tokens as rows is fine: the last position is max_seq_len - 1.");
    try_add(normals(35), normals(35), 7, 7, 5);
    try_add(normals(3), normals(3), 1, 1, 3);
    judge_passed();
}

static void refuse_add(size_t n, size_t rows, size_t d)
{
    float *x = floats_inout("x", normals(n * d), n * d);
    // The table is longer than it says, so that reading on is seen as a change and no crash.
    const float *wpe = floats_in("wpe", normals(n * d), n * d);
    judge_case("n_tokens %zu, max_seq_len %zu, d_model %zu", n, rows, d);
    expect_refused(CALL(add_positions, x, wpe, n, rows, d), x,
                   "there are more tokens than rows of wpe");
}

Test(add_positions, refuses_too_many)
{
    try_add(words, small_wpe, 3, 4, 2);
    refuse_add(5, 4, 2);
    refuse_add(2, 1, 7);
    refuse_add(40, 12, 3);
    refuse_add(3, 0, 4);
    judge_passed();
}

Test(add_positions, accepts_no_tokens)
{
    try_add(words, small_wpe, 3, 4, 2);
    float *x = floats_inout("x", words, 6);
    const float *wpe = floats_in("wpe", small_wpe, 8);
    judge_case("no tokens (n_tokens 0), max_seq_len 4, d_model 2");
    if (!CALL(add_positions, x, wpe, 0, 4, 2))
        judge_fail(WRONG,
                   "add_positions must return true for no tokens: there is nothing "
                   "wrong, and nothing to do.");
    if (!is_untouched(x))
        judge_fail(WRONG, "add_positions wrote to x although there are no tokens.");
    judge_passed();
}

Test(add_positions, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_add(normals(6 * 5), normals(9 * 5), 6, 9, 5);
        try_add(normals(9 * 5), normals(9 * 5), 9, 9, 5);
    }
    judge_passed();
}

// ---- 4.3 sinusoidal_table ------------------------------------------------------------

// Column j of position p as somebody might write it; the first is right.
typedef double wave(size_t p, size_t j, size_t d);

static double speed(double exponent)
{
    return pow(10000.0, -exponent);
}

static double pair_exponent(size_t j, size_t d)
{
    return 2.0 * (double)(j / 2) / (double)d;
}

static double sine_or_cosine(double angle, size_t j)
{
    return j % 2 == 0 ? sin(angle) : cos(angle);
}

static double wave_right(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(pair_exponent(j, d)), j);
}

static double wave_half_exponent(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(pair_exponent(j, d) / 2), j);
}

static double wave_double_exponent(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(pair_exponent(j, d) * 2), j);
}

static double wave_cosine_first(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(pair_exponent(j, d)), j + 1);
}

static double wave_blocks(size_t p, size_t j, size_t d)
{
    const size_t i = j % (d / 2);
    return sine_or_cosine((double)p * speed(2.0 * (double)i / (double)d), j / (d / 2));
}

static double wave_from_one(size_t p, size_t j, size_t d)
{
    return wave_right(p + 1, j, d);
}

static double wave_growing(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(-pair_exponent(j, d)), j);
}

static double wave_one_speed(size_t p, size_t j, size_t d)
{
    (void)d;
    return sine_or_cosine((double)p, j);
}

static double wave_every_column(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed((double)j / (double)d), j);
}

static double wave_every_column_doubled(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(2.0 * (double)j / (double)d), j);
}

static double wave_to_the_end(size_t p, size_t j, size_t d)
{
    return d == 2 ? ANYTHING
                  : sine_or_cosine(
                        (double)p * speed((double)(j / 2) / (double)(d / 2 - 1)), j);
}

static double wave_base_1000(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * pow(1000.0, -pair_exponent(j, d)), j);
}

static double wave_degrees(size_t p, size_t j, size_t d)
{
    return sine_or_cosine((double)p * speed(pair_exponent(j, d)) * 0.017453292519943295,
                          j);
}

static double wave_minus_sine(size_t p, size_t j, size_t d)
{
    return j % 2 == 0 ? -wave_right(p, j, d) : wave_right(p, j, d);
}

static double wave_only_sines(size_t p, size_t j, size_t d)
{
    return sin((double)p * speed(pair_exponent(j, d)));
}

static double *waves(wave *value, size_t rows, size_t d)
{
    double *table = judge_doubles(rows * d);
    for (size_t p = 0; p < rows; p++)
        for (size_t j = 0; j < d; j++)
            table[p * d + j] = value(p, j, d);
    return table;
}

// An angle in float is off by up to a few 2^-24 of itself; sin and cos pass that on.
static double *wave_rounding(size_t rows, size_t d)
{
    double *allowed = judge_doubles(rows * d);
    for (size_t p = 0; p < rows; p++)
        for (size_t j = 0; j < d; j++)
            allowed[p * d + j] = 1e-6 + 4e-7 * (double)p;
    return allowed;
}

static void expect_waves(const float *got, size_t rows, size_t d, const double *allowed)
{
    const double *wanted = waves(wave_right, rows, d);
    const struct mistake mistakes[] = {
        {"The exponent is 2i/d with i the number of the pair, not i/d.",
         waves(wave_half_exponent, rows, d)},
        {"The exponent is 2i/d with i the number of the pair, not 4i/d: is i a column "
         "here?",
         waves(wave_double_exponent, rows, d)},
        {"Sine and cosine are exchanged: the even column of a pair is the sine.",
         waves(wave_cosine_first, rows, d)},
        {"These are blocks, all sines and then all cosines: here each sine has its "
         "cosine "
         "beside it.",
         waves(wave_blocks, rows, d)},
        {"Row 0 belongs to position 0: positions count from 0.",
         waves(wave_from_one, rows, d)},
        {"The exponent is negative: later pairs turn more slowly.",
         waves(wave_growing, rows, d)},
        {"All pairs turn at one speed: 2 * i / d_model in whole numbers is 0.",
         waves(wave_one_speed, rows, d)},
        {"Each column has its own speed: a sine and its cosine share one.",
         waves(wave_every_column, rows, d)},
        {"Each column has its own speed: a sine and its cosine share one.",
         waves(wave_every_column_doubled, rows, d)},
        {"The exponents reach 1 at the last pair: they are 2i/d, not i/(d/2 - 1).",
         waves(wave_to_the_end, rows, d)},
        {"The base is 1,000 here: it should be 10,000.", waves(wave_base_1000, rows, d)},
        {"The angle is taken for degrees: sin and cos want radians.",
         waves(wave_degrees, rows, d)},
        {"The sign of the sine is wrong.", waves(wave_minus_sine, rows, d)},
        {"The odd columns hold sines: they should hold cosines.",
         waves(wave_only_sines, rows, d)},
        {"This is the transpose: row p belongs to position p.",
         transposed(wanted, rows, d)},
        {NULL, NULL},
    };
    expect_floats("wpe", got, wanted, allowed, rows, d, mistakes);
}

static float *try_waves(size_t max_seq_len, size_t d_model)
{
    float *wpe = floats_out("wpe", max_seq_len * d_model);
    judge_case("max_seq_len %zu, d_model %zu", max_seq_len, d_model);
    expect_accepted(CALL(sinusoidal_table, wpe, max_seq_len, d_model), wpe);
    expect_waves(wpe, max_seq_len, d_model, wave_rounding(max_seq_len, d_model));
    return wpe;
}

// PyTorch 1.13 in double: sin and cos of p / 10000^(2i/d), interleaved.
Test(sinusoidal_table, reference_rows)
{
    const double four[] = {0,
                           1,
                           0,
                           1,
                           0.841470985,
                           0.540302306,
                           0.00999983333,
                           0.99995,
                           0.909297427,
                           -0.416146837,
                           0.0199986667,
                           0.999800007,
                           0.141120008,
                           -0.989992497,
                           0.0299955002,
                           0.999550034};
    const double six[] = {-0.958924275, 0.283662185,  0.230001712,
                          0.973190224,  0.0107719651, 0.999941981};
    expect_floats("wpe", try_waves(4, 4), four, filled(16, 3e-6), 4, 4, NULL);
    expect_floats("row 5 of wpe", try_waves(6, 6) + 30, six, filled(6, 3e-6), 1, 6, NULL);
    judge_passed();
}

Test(sinusoidal_table, random_sizes)
{
    for (int draw = 0; draw < 8; draw++) {
        const size_t d = draw == 0 ? 2 : 2 * random_between(2, 24);
        size_t rows = draw == 1 ? 1 : random_between(3, 60);
        rows += rows == d;
        try_waves(rows, d);
    }
    judge_passed();
}

// Position 1,000 of width 512: columns 0 to 3, 510, 511 (PyTorch 1.13, double).
Test(sinusoidal_table, wide_table)
{
    const double wanted[] = {0.826879541,  0.562379076, -0.191485332,
                             -0.981495475, 0.10347773,  0.994631771};
    const size_t rows = 1001, d = 512;
    float *wpe = floats_out("wpe", rows * d);
    judge_case("max_seq_len %zu, d_model %zu", rows, d);
    expect_accepted(CALL(sinusoidal_table, wpe, rows, d), wpe);
    const float *row = wpe + 1000 * d;
    const float got[] = {row[0], row[1], row[2], row[3], row[510], row[511]};
    expect_floats("six columns of row 1000", got, wanted, filled(6, 5e-4), 1, 6, NULL);
    expect_floats("wpe", wpe, waves(wave_right, rows, d), wave_rounding(rows, d), rows, d,
                  NULL);
    judge_passed();
}

// Row p + k is row p with its pairs turned, by an angle that does not depend on p.
Test(sinusoidal_table, moves_by_turning)
{
    const size_t rows = 40, d = 10, k = random_between(3, 9);
    const float *wpe = try_waves(rows, d);
    double *wanted = judge_doubles((rows - k) * d);
    for (size_t p = 0; p + k < rows; p++)
        for (size_t i = 0; i < d; i += 2) {
            const double angle = (double)k * speed((double)i / (double)d);
            const double s = (double)wpe[p * d + i], c = (double)wpe[p * d + i + 1];
            wanted[p * d + i] = s * cos(angle) + c * sin(angle);
            wanted[p * d + i + 1] = c * cos(angle) - s * sin(angle);
        }
    judge_case("max_seq_len %zu, d_model %zu, rows p + %zu against turned rows p", rows,
               d, k);
    expect_floats("wpe from row k on", wpe + k * d, wanted, filled((rows - k) * d, 3e-5),
                  rows - k, d, NULL);
    judge_passed();
}

Test(sinusoidal_table, far_positions)
{
    const size_t rows = 50001, d = 8;
    float *wpe = floats_out("wpe", rows * d);
    judge_case("max_seq_len %zu, d_model %zu", rows, d);
    judge_remark(
        "Far from the start only a double holds the angle: multiply position and "
        "speed in double, and round the sine, not the angle.");
    expect_accepted(CALL(sinusoidal_table, wpe, rows, d), wpe);
    expect_floats("wpe", wpe, waves(wave_right, rows, d), filled(rows * d, 2e-6), rows, d,
                  NULL);
    judge_passed();
}

Test(sinusoidal_table, refuses_odd)
{
    const size_t odd[] = {0, 1, 3, 7};
    try_waves(4, 6);
    for (size_t n = 0; n < 4; n++) {
        float *wpe = floats_out("wpe", 5 * 8);
        judge_case("max_seq_len 5, d_model %zu", odd[n]);
        expect_refused(CALL(sinusoidal_table, wpe, 5, odd[n]), wpe,
                       "d_model is 0 or odd");
    }
    judge_passed();
}

Test(sinusoidal_table, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_waves(7, 10);
    }
    judge_passed();
}

// ---- 4.4 rope_interleaved and 4.5 rope_half_split ------------------------------------

struct turn {
    const float *x, *cosines, *sines;
    size_t n_tokens, n_heads, d_head;
    bool halves;
};

// Ways to turn, the first of them right.
enum turning {
    TURNS_RIGHT,
    OTHER_PAIRS,
    OVERWRITTEN,
    BACKWARDS,
    SIN_FOR_COS,
    MIRRORED,
    ROW_OF_HEAD,
    ROW_ZERO,
    NEXT_ROW,
    FULL_STRIDE,
    EVEN_COLUMNS,
    ONE_HEAD,
    HALF_THE_PAIRS,
    LEFT_ALONE,
    N_TURNINGS
};

// Where the angle of token t, head h, pair i stands in the tables; SIZE_MAX if outside.
static size_t angle_at(const struct turn *c, size_t t, size_t h, size_t i,
                       enum turning way)
{
    const size_t pairs = c->d_head / 2, end = c->n_tokens * pairs;
    size_t row = way == ROW_OF_HEAD ? h : way == ROW_ZERO ? 0 : t;
    row += way == NEXT_ROW ? 1 : 0;
    const size_t at = row * (way == FULL_STRIDE ? 2 * pairs : pairs) +
                      (way == EVEN_COLUMNS ? 2 * i : i);
    return at < end ? at : SIZE_MAX;
}

static void turn_pair(double *a, double *b, double cosine, double sine, enum turning way)
{
    const double x = *a, y = *b;
    if (way == SIN_FOR_COS) {
        const double kept = cosine;
        cosine = sine, sine = kept;
    }
    if (way == BACKWARDS)
        sine = -sine;
    *a = x * cosine - y * sine;
    *b = (way == OVERWRITTEN ? *a : x) * sine + y * cosine;
    if (way == MIRRORED)
        *b = x * sine - y * cosine;
}

static double *turned(const struct turn *c, enum turning way)
{
    const size_t pairs = c->d_head / 2, n = c->n_tokens * c->n_heads * c->d_head;
    const bool halves = way == OTHER_PAIRS ? !c->halves : c->halves;
    double *out = judge_doubles(n);
    for (size_t e = 0; e < n; e++)
        out[e] = (double)c->x[e];
    for (size_t t = 0; t < c->n_tokens; t++)
        for (size_t h = 0; h < (way == ONE_HEAD ? 1 : c->n_heads); h++)
            for (size_t i = 0; i < (way == HALF_THE_PAIRS ? pairs / 2 : pairs); i++) {
                double *row = out + (t * c->n_heads + h) * c->d_head;
                double *a = row + (halves ? i : 2 * i);
                double *b = a + (halves ? pairs : 1);
                const size_t at = angle_at(c, t, h, i, way);
                if (at == SIZE_MAX)
                    *a = *b = ANYTHING;
                else if (way != LEFT_ALONE)
                    turn_pair(a, b, (double)c->cosines[at], (double)c->sines[at], way);
            }
    return out;
}

static const char *const turning_says[N_TURNINGS] = {
    NULL,
    "These are the pairs of the other layout.",
    "The first number of the pair was overwritten before the second was computed from "
    "it.",
    "This turns the other way: the sign of the sine is wrong.",
    "Cosine and sine are exchanged.",
    "This mirrors instead of turning: the second number is a s + b c.",
    "The row of the tables is that of the head: it belongs to the token, all heads share "
    "it.",
    "Every token was turned by row 0 of the tables: row t belongs to token t.",
    "This uses row t + 1 of the tables: positions count from 0.",
    "The rows of the tables are d_head / 2 long, not d_head.",
    "This uses column 2i of the tables: pair i has column i.",
    "Only head 0 was turned.",
    "Only the first half of the pairs was turned.",
    "Nothing was turned.",
};

static void expect_turned(const float *got, const struct turn *c)
{
    struct mistake mistakes[N_TURNINGS] = {{NULL, NULL}};
    for (int way = 1; way < N_TURNINGS; way++) {
        mistakes[way - 1].says = turning_says[way];
        mistakes[way - 1].gives = turned(c, (enum turning)way);
    }
    const size_t rows = c->n_tokens * c->n_heads;
    expect_floats("x", got, turned(c, TURNS_RIGHT), filled(rows * c->d_head, 5e-6), rows,
                  c->d_head, mistakes);
}

static bool call_rope(float *x, const float *cosines, const float *sines,
                      const struct turn *c)
{
    const size_t n_tokens = c->n_tokens, n_heads = c->n_heads, d_head = c->d_head;
    if (c->halves)
        return CALL(rope_half_split, x, cosines, sines, n_tokens, n_heads, d_head);
    return CALL(rope_interleaved, x, cosines, sines, n_tokens, n_heads, d_head);
}

static float *try_turn(const struct turn *c)
{
    const size_t n = c->n_tokens * c->n_heads * c->d_head;
    const size_t n_angles = c->n_tokens * (c->d_head / 2);
    float *x = floats_inout("x", c->x, n);
    const float *cosines = floats_in("cosines", c->cosines, n_angles);
    const float *sines = floats_in("sines", c->sines, n_angles);
    judge_case("n_tokens %zu, n_heads %zu, d_head %zu", c->n_tokens, c->n_heads,
               c->d_head);
    expect_accepted(call_rope(x, cosines, sines, c), x);
    expect_turned(x, c);
    return x;
}

// The tables of positions first, first + 1, ... with the usual speeds.
static void use_positions(struct turn *c, size_t first, double base)
{
    const size_t pairs = c->d_head / 2;
    float *cosines = judge_floats(c->n_tokens * pairs);
    float *sines = judge_floats(c->n_tokens * pairs);
    for (size_t t = 0; t < c->n_tokens; t++)
        for (size_t i = 0; i < pairs; i++) {
            const double angle =
                (double)(first + t) * pow(base, -2.0 * (double)i / (double)c->d_head);
            cosines[t * pairs + i] = (float)cos(angle);
            sines[t * pairs + i] = (float)sin(angle);
        }
    c->cosines = cosines;
    c->sines = sines;
}

// Any angles at all, so that no two entries of the tables are alike.
static void use_random_angles(struct turn *c)
{
    const size_t n = c->n_tokens * (c->d_head / 2);
    float *cosines = judge_floats(n), *sines = judge_floats(n);
    for (size_t at = 0; at < n; at++) {
        const double angle = 3.0 * random_normal();
        cosines[at] = (float)cos(angle);
        sines[at] = (float)sin(angle);
    }
    c->cosines = cosines;
    c->sines = sines;
}

static const float one_to_four[] = {1, 2, 3, 4};

// x = 1 2 3 4, base 10,000, positions 0, 1, 2, 10 and base 500,000, position 10, both
// layouts (PyTorch 1.13, double; the last one for halves only).
static void check_reference(bool halves)
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
    struct turn c = {one_to_four, NULL, NULL, 1, 1, 4, halves};
    for (size_t p = 0; p < 4; p++) {
        use_positions(&c, positions[p], 10000);
        expect_floats("x", try_turn(&c), wanted[halves][p], filled(4, 3e-6), 1, 4, NULL);
    }
    if (halves) {
        const double llama3[] = {0.792991804, 1.94323335, -3.0612357, 4.02788334};
        use_positions(&c, 10, 500000);
        expect_floats("x", try_turn(&c), llama3, filled(4, 3e-6), 1, 4, NULL);
    }
}

static void check_random(bool halves)
{
    for (int draw = 0; draw < 8; draw++) {
        struct turn c = {NULL,
                         NULL,
                         NULL,
                         draw == 0 ? 1 : random_between(3, 9),
                         draw == 5 ? 1 : random_between(2, 5),
                         0,
                         halves};
        c.d_head = draw == 2 ? 2 : 2 * random_between(2, 16);
        while (c.d_head == c.n_heads || c.d_head == c.n_tokens)
            c.d_head += 2;
        c.x = normals(c.n_tokens * c.n_heads * c.d_head);
        use_random_angles(&c);
        try_turn(&c);
    }
}

static void check_position_zero(bool halves)
{
    struct turn c = {normals(3 * 8), NULL, NULL, 1, 3, 8, halves};
    use_positions(&c, 0, 10000);
    expect_bits("x at position 0", try_turn(&c), c.x, 3, 8);
    struct turn far = {normals(20 * 12), NULL, NULL, 20, 1, 12, halves};
    use_positions(&far, 500, 10000);
    const float *x = try_turn(&far);
    for (size_t t = 0; t < 20; t++) {
        double before = 0, after = 0;
        for (size_t i = 0; i < 12; i++) {
            before += (double)far.x[t * 12 + i] * (double)far.x[t * 12 + i];
            after += (double)x[t * 12 + i] * (double)x[t * 12 + i];
        }
        expect_number("the length of a turned row", sqrt(after), sqrt(before), 1e-5,
                      NULL);
    }
}

// One query and one key, at every place: the score is a function of the distance.
static void check_distance(bool halves)
{
    enum { N = 12, D = 8 };
    float *q = judge_floats(N * D), *k = judge_floats(N * D);
    fill_normal(q, D);
    fill_normal(k, D);
    for (size_t p = 1; p < N; p++) {
        memcpy(q + p * D, q, D * sizeof *q);
        memcpy(k + p * D, k, D * sizeof *k);
    }
    struct turn ask = {q, NULL, NULL, N, 1, D, halves},
                offer = {k, NULL, NULL, N, 1, D, halves};
    use_positions(&ask, 0, 10000);
    use_positions(&offer, 0, 10000);
    const float *asks = try_turn(&ask), *offers = try_turn(&offer);
    for (size_t m = 1; m < N; m++)
        for (size_t n = 1; n < N; n++) {
            double here = 0, before = 0;
            for (size_t i = 0; i < D; i++) {
                here += (double)asks[m * D + i] * (double)offers[n * D + i];
                before += (double)asks[(m - 1) * D + i] * (double)offers[(n - 1) * D + i];
            }
            expect_number("a score one place further on", here, before, 2e-5, NULL);
        }
}

static void check_refusal(bool halves)
{
    struct turn good = {normals(2 * 4), NULL, NULL, 2, 1, 4, halves};
    use_random_angles(&good);
    try_turn(&good);
    const size_t odd[] = {0, 1, 5, 7};
    for (size_t n = 0; n < 4; n++) {
        float *x = floats_inout("x", normals(2 * 8), 2 * 8);
        const float *cosines = floats_in("cosines", good.cosines, 4);
        const float *sines = floats_in("sines", good.sines, 4);
        const struct turn bad = {NULL, NULL, NULL, 1, 2, odd[n], halves};
        judge_case("n_tokens 1, n_heads 2, d_head %zu", odd[n]);
        expect_refused(call_rope(x, cosines, sines, &bad), x, "d_head is 0 or odd");
    }
}

static void check_bounds(bool halves)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        struct turn c = {normals(5 * 3 * 10), NULL, NULL, 5, 3, 10, halves};
        use_random_angles(&c);
        try_turn(&c);
    }
}

Test(rope_interleaved, reference_rows)
{
    check_reference(false);
    judge_passed();
}

Test(rope_interleaved, random_heads)
{
    check_random(false);
    judge_passed();
}

Test(rope_interleaved, keeps_lengths)
{
    check_position_zero(false);
    judge_passed();
}

Test(rope_interleaved, scores_see_distance)
{
    check_distance(false);
    judge_passed();
}

Test(rope_interleaved, refuses_odd)
{
    check_refusal(false);
    judge_passed();
}

Test(rope_interleaved, stays_in_bounds)
{
    check_bounds(false);
    judge_passed();
}

Test(rope_half_split, reference_rows)
{
    check_reference(true);
    judge_passed();
}

Test(rope_half_split, random_heads)
{
    check_random(true);
    judge_passed();
}

Test(rope_half_split, keeps_lengths)
{
    check_position_zero(true);
    judge_passed();
}

Test(rope_half_split, scores_see_distance)
{
    check_distance(true);
    judge_passed();
}

Test(rope_half_split, refuses_odd)
{
    check_refusal(true);
    judge_passed();
}

Test(rope_half_split, stays_in_bounds)
{
    check_bounds(true);
    judge_passed();
}

// ---- 4.6 rope_score ------------------------------------------------------------------

struct meeting {
    const float *q, *k;
    size_t m, n, d_head;
    double base;
};

enum scoring {
    SCORES_RIGHT,
    WRONG_SIGN,
    WRAPPED,
    WRAPPED_BACK,
    HALVES,
    SCALED,
    NO_SINE,
    NO_TURN,
    HALF_EXPONENT,
    BASE_IGNORED,

    ONLY_QUERY,
    ONLY_KEY,
    SUMMED,
    ONLY_SINE,
    ONE_SPEED,
    N_SCORINGS
};

static double offset_of(const struct meeting *c, enum scoring way)
{
    const double m = (double)c->m, n = (double)c->n;
    switch (way) {
    case WRONG_SIGN:
        return m - n;
    case WRAPPED:
        return (double)(c->n - c->m);
    case WRAPPED_BACK:
        return -(double)(c->m - c->n);

    case ONLY_QUERY:
        return -m;
    case ONLY_KEY:
        return n;
    case SUMMED:
        return n + m;
    case NO_TURN:
        return 0;
    default:
        return n - m;
    }
}

static double scored(const struct meeting *c, enum scoring way)
{
    const size_t pairs = c->d_head / 2;
    double sum = 0;
    for (size_t i = 0; i < pairs; i++) {
        double exponent = 2.0 * (double)i / (double)c->d_head;
        exponent = way == HALF_EXPONENT ? exponent / 2 : way == ONE_SPEED ? 0 : exponent;
        const double angle =
            offset_of(c, way) * pow(way == BASE_IGNORED ? 10000.0 : c->base, -exponent);
        const size_t a = way == HALVES ? i : 2 * i,
                     b = way == HALVES ? i + pairs : 2 * i + 1;
        const double q0 = (double)c->q[a], q1 = (double)c->q[b];
        const double k0 = (double)c->k[a], k1 = (double)c->k[b];
        sum += way == ONLY_SINE ? 0 : (q0 * k0 + q1 * k1) * cos(angle);
        sum += way == NO_SINE ? 0 : (q1 * k0 - q0 * k1) * sin(angle);
    }
    return way == SCALED ? sum / sqrt((double)c->d_head) : sum;
}

static const char *const scoring_says[N_SCORINGS] = {
    NULL,

    "The distance has the wrong sign: phi is (n - m) times the speed, negative for n < "
    "m.",
    "n - m wrapped round: it is negative here, and size_t cannot be. Subtract in double.",
    "m - n wrapped round: it is negative here, and size_t cannot be. Subtract in double.",
    "These are the pairs of the other layout: here neighbours turn together.",
    "The score is divided by the square root of d_head: here it is not.",
    "The term with the sine is missing.",
    "This is the plain dot product: nothing was turned.",
    "The exponent is 2i/d with i the number of the pair, not i/d.",
    "The base is an argument: it is not always 10,000.",

    "Only the query was turned.",
    "Only the key was turned.",
    "The positions are added: what counts is their difference.",
    "The term with the cosine is missing.",
    "All pairs turn at one speed: 2 * i / d_head in whole numbers is 0.",
};

static double size_of_terms(const struct meeting *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->d_head; i++)
        sum += fabs((double)c->q[i]) + fabs((double)c->k[i]);
    return sum * sum;
}

static void try_score(const struct meeting *c)
{
    const float *q = floats_in("q", c->q, c->d_head),
                *k = floats_in("k", c->k, c->d_head);
    float *score = floats_out("score", 1);
    double gives[N_SCORINGS];
    struct mistake mistakes[N_SCORINGS] = {{NULL, NULL}};
    for (int way = 1; way < N_SCORINGS; way++) {
        gives[way] = scored(c, (enum scoring)way);
        mistakes[way - 1].says = scoring_says[way];
        mistakes[way - 1].gives = &gives[way];
    }
    const size_t m = c->m, n = c->n, d_head = c->d_head;
    const float base = (float)c->base;
    judge_case("m %zu, n %zu, d_head %zu, base %g", m, n, d_head, c->base);
    expect_accepted(CALL(rope_score, score, q, k, m, n, d_head, base), score);
    const double wanted = scored(c, SCORES_RIGHT);
    const double allowed = 1e-6 + 1e-6 * size_of_terms(c);
    expect_floats("*score", score, &wanted, &allowed, 1, 1, mistakes);
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
        cr_assert(fabs(scored(&c, SCORES_RIGHT) - wanted[p]) < 1e-7);
        try_score(&c);
    }
    judge_passed();
}

Test(rope_score, random_places)
{
    for (int draw = 0; draw < 12; draw++) {
        const size_t d = draw == 0 ? 2 : 2 * random_between(2, 12);
        struct meeting c = {normals(d), normals(d), random_between(4, 30),
                            0,          d,          draw % 3 == 2 ? 500000 : 10000};
        c.n = draw % 2 ? c.m + random_between(1, 20) : c.m - random_between(1, 3);
        try_score(&c);
    }
    judge_passed();
}

Test(rope_score, far_away)
{
    float *q = normals(8), *k = normals(8);
    for (size_t far = 10; far < 100000000; far *= 10) {
        const struct meeting right = {q, k, far, far + 3, 8, 10000};
        const struct meeting left = {q, k, far + 3, far, 8, 10000};
        judge_remark(
            "Only the distance counts, 3 here. Angles of far positions do not fit a "
            "float: take the difference first, in double.");
        try_score(&right);
        try_score(&left);
    }
    judge_passed();
}

Test(rope_score, refuses_odd)
{
    const size_t odd[] = {0, 1, 3};
    const struct meeting good = {normals(4), normals(4), 3, 1, 4, 10000};
    try_score(&good);
    for (size_t n = 0; n < 3; n++) {
        const float *q = floats_in("q", one_to_four, 4),
                    *k = floats_in("k", one_to_four, 4);
        float *score = floats_out("score", 1);
        judge_case("m 3, n 1, d_head %zu, base 10000", odd[n]);
        expect_refused(CALL(rope_score, score, q, k, 3, 1, odd[n], 10000.0f), score,
                       "d_head is 0 or odd");
    }
    judge_passed();
}

Test(rope_score, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        const struct meeting c = {normals(10), normals(10), 4, 9, 10, 10000};
        try_score(&c);
    }
    judge_passed();
}
