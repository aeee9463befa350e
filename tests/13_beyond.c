// Tests of chapter 13, beyond. A suite is a function, a test one thing that can be wrong.
#include "13_beyond.h"
#include "judge.h"

#include "calls/13_beyond.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(13);

// n numbers from 0 to 1 that add up to 1, some of them very small
static double *random_shares(size_t n)
{
    double *p = judge_doubles(n), sum = 0;
    for (size_t v = 0; v < n; v++)
        sum += p[v] = pow(10, -(double)random_between(0, 50) / 10);
    for (size_t v = 0; v < n; v++)
        p[v] /= sum;
    return p;
}

static float *scaled(const float *values, size_t n, double by)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)values[k] * by);
    return out;
}

// Numbers whose columns cancel: 1e8, small ones, -1e8.
static float *cancelling_rows(size_t n_rows, size_t d)
{
    float *rows = judge_floats(n_rows * d);
    for (size_t k = 0; k < n_rows * d; k++)
        rows[k] = (float)random_between(1, 9) / 8;
    for (size_t i = 0; i < d; i++) {
        rows[i] = 1e8f;
        rows[(n_rows - 1) * d + i] = -1e8f;
    }
    return rows;
}

// ---- 13.1 mean_pool ------------------------------------------------------------------

struct text {
    const float *table;
    const uint32_t *tokens;
    size_t n_tokens, vocab_size, d;
};

// Weights NULL: all are 1. A sum of n products in double is off by n 2^-53 of the sum of their
// sizes (Higham, Accuracy and Stability, sec. 3.1), a weight by two roundings; then the result
// is rounded once.
static double *pooled(const struct text *x, const double *weights, double *allowed)
{
    double *out = judge_doubles(x->d);
    for (size_t i = 0; i < x->d; i++) {
        double sum = 0, sizes = 0;
        for (size_t t = 0; t < x->n_tokens; t++) {
            const double w = weights ? weights[x->tokens[t]] : 1;
            sum += w * (double)x->table[x->tokens[t] * x->d + i];
            sizes += w * fabs((double)x->table[x->tokens[t] * x->d + i]);
        }
        const double n = (double)x->n_tokens;
        out[i] = sum / n;
        if (isfinite(sizes)) // NaN and infinities come as they are
            allowed[i] =
                fabs(out[i]) * 0x1.001p-24 + sizes / n * (n + 8) * 0x1p-52 + 0x1p-149;
    }
    return out;
}

static void try_mean(const struct text *x)
{
    double *allowed = judge_doubles(x->d);
    const double *wanted = pooled(x, NULL, allowed);
    fresh_case();
    const float *wte = floats_in(x->table, x->vocab_size * x->d);
    const uint32_t *ids = ids_in(x->tokens, x->n_tokens);
    float *out = floats_out(x->d);
    expect_accepted(CALL(mean_pool, out, wte, ids, x->n_tokens, x->vocab_size, x->d),
                    out);
    expect_floats(out, wanted, allowed, 1, x->d);
}

static void try_drawn_mean(size_t n_tokens, size_t vocab_size, size_t d)
{
    try_mean(&(struct text){normals(vocab_size * d), random_ids(n_tokens, vocab_size),
                            n_tokens, vocab_size, d});
}

static void try_random_mean(size_t n_tokens, size_t vocab_size, size_t d)
{
    try_drawn_mean(n_tokens, vocab_size, d);
    try_drawn_mean(n_tokens, vocab_size, d);
}

Test(mean_pool, worked_example)
{
    static const float table[6] = {1, 0, 3, 4, 0, 8};
    static const uint32_t tokens[3] = {1, 0, 1}, twice[4] = {0, 2, 2, 1};
    try_mean(&(struct text){normals(3 * 2), twice, 4, 3, 2});
    try_random_mean(3, 4, 2);
    try_mean(&(struct text){table, tokens, 3, 3, 2});
    judge_passed();
}

Test(mean_pool, random_tables)
{
    try_random_mean(7, 11, 5);
    try_random_mean(1, 6, 3);
    try_random_mean(12, 5, 4);
    try_random_mean(4, 9, 1);
    try_random_mean(5, 1, 6);
    for (size_t n = 15; n < 25; n++) // what a block of any size leaves over
        try_drawn_mean(n, 7, 39 - n);
    judge_passed();
}

// A token that occurs often weighs often; and their order says nothing.
Test(mean_pool, repeated_tokens)
{
    enum { T = 9, V = 6, D = 4 };
    uint32_t tokens[T], turned[T];
    const float *table = normals(V * D);
    try_random_mean(5, 4, 3);
    judge_remark("A token that occurs twice counts twice.");
    for (size_t t = 0; t < T; t++)
        tokens[t] = (uint32_t)(t < 5 ? 2 : random_between(0, V - 1));
    for (size_t t = 0; t < T; t++)
        turned[t] = tokens[(t + 4) % T];
    try_mean(&(struct text){table, tokens, T, V, D});
    try_mean(&(struct text){table, turned, T, V, D});
    for (size_t t = 0; t < T; t++)
        tokens[t] = 5;
    try_mean(&(struct text){table, tokens, T, V, D});
    judge_passed();
}

// A NaN or an infinity of the table: in the row of a token a NaN is in the mean, too, and in
// any other row they are nobody's business.
static struct text odd_text(float odd, bool is_used)
{
    enum { T = 6, V = 9, D = 4 };
    float *table = normals(V * D);
    uint32_t *tokens = random_ids(T, V - 1);
    tokens[random_between(0, T - 1)] = is_used ? V - 1 : 0;
    table[(V - 1) * D + random_between(0, D - 1)] = odd;
    return (struct text){table, tokens, T, V, D};
}

Test(mean_pool, any_numbers)
{
    static const float odd[3] = {NAN, INFINITY, -INFINITY};
    try_random_mean(5, 4, 3);
    judge_remark(
        "A NaN is no reason to refuse: only the rows of tokens count, as they are.");
    for (size_t k = 0; k < 6; k++) {
        const struct text x = odd_text(odd[k / 2], k == 0);
        try_mean(&x);
    }
    float *padded = normals(4 * 3); // a row of zeros is a row
    memset(padded + 3, 0, 3 * sizeof *padded);
    try_mean(&(struct text){padded, (const uint32_t[]){0, 1, 2, 1, 1, 3}, 6, 4, 3});
    judge_passed();
}

Test(mean_pool, sums_in_double)
{
    static const double sizes[] = {1e-40, 1e-30, 1e30, 3e37};
    enum { T = 33, D = 3 };
    uint32_t tokens[T];
    for (uint32_t t = 0; t < T; t++)
        tokens[t] = t;
    try_random_mean(5, 4, 3);
    judge_remark("A float has 24 bits, and ends at 3.4e38: add up and divide in double.");
    try_random_mean(T, T, 301);
    try_mean(&(struct text){cancelling_rows(T, D), tokens, T, T, D});
    try_mean(&(struct text){cancelling_rows(3, D), tokens, 3, 3, D});
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_mean(
            &(struct text){scaled(normals(T * D), T * D, sizes[k]), tokens, T, T, D});
    judge_passed();
}

// More numbers before a row than an int can count: all zeros but the rows that are read.
static void try_far_rows(size_t vocab_size, size_t d)
{
    const uint32_t tokens[3] = {(uint32_t)vocab_size - 1, 1,
                                (uint32_t)(vocab_size - random_between(2, 99))};
    const float numbers[3] = {(float)random_between(1, 9), (float)random_between(1, 9),
                              (float)random_between(1, 9)};
    double *wanted = judge_doubles(d);
    fresh_case();
    float *wte = sparse_floats_in(vocab_size * d);
    for (size_t t = 0; t < 3; t++) {
        wte[tokens[t] * d + t] = numbers[t];
        wanted[t] = (double)(float)((double)numbers[t] / 3);
    }
    judge_seal(wte);
    const uint32_t *ids = ids_in(tokens, 3);
    float *out = floats_out(d);
    expect_accepted(CALL(mean_pool, out, wte, ids, 3, vocab_size, d), out);
    expect_floats(out, wanted, filled(d, 0x1p-22), 1, d);
}

Test(mean_pool, large_sizes)
{
    try_drawn_mean(70001, 7, 3);
    try_drawn_mean(3, 70001, 2);
    try_drawn_mean(2, 3, 100003);
    try_drawn_mean(601, 131, 67);
    try_far_rows(4400003, 1009);
    judge_passed();
}

static void refuse_mean(const uint32_t *tokens, size_t n_tokens, size_t vocab_size,
                        size_t d, const char *why)
{
    fresh_case();
    const float *wte = floats_in(normals(vocab_size * d), vocab_size * d);
    const uint32_t *ids = ids_in(tokens, n_tokens);
    float *out = floats_out(d + 1);
    expect_refused(CALL(mean_pool, out, wte, ids, n_tokens, vocab_size, d), out, why);
}

Test(mean_pool, refuses_bad_ids)
{
    static const uint32_t bad[] = {5, 6, 0x80000000u, UINT32_MAX};
    static const char why[] = "an id is not below vocab_size";
    try_random_mean(4, 5, 3);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t place = 0; place < 3; place++) {
            const size_t n = random_between(9, 40);
            uint32_t *tokens = random_ids(n, 5);
            tokens[place == 0 ? 0 : place == 1 ? n / 2 : n - 1] = bad[k];
            refuse_mean(tokens, n, 5, 3, why);
            if (place == k % 3) // rows of no numbers are checked like any others
                refuse_mean(tokens, n, 5, 0, why);
        }
    refuse_mean(random_ids(1, 1), 1, 0, 3, why);
    refuse_mean(random_ids(1, 1), 1, 0, 0, why);
    uint32_t *many = random_ids(66003, 5);
    many[66002] = 5;
    refuse_mean(many, 66003, 5, 3, why);
    try_random_mean(4, 5, 3);
    judge_passed();
}

Test(mean_pool, no_tokens)
{
    try_random_mean(4, 5, 3);
    judge_remark("The mean of no rows is not a number: no tokens are an error.");
    for (size_t d = 0; d < 4; d += 3) {
        refuse_mean(random_ids(1, 4), 0, 4, d, "there are no tokens");
        refuse_mean(random_ids(1, 4), 0, 0, d, "there are no tokens");
    }
    judge_remark("Rows of no numbers: there is nothing to write, and no error.");
    fresh_case();
    const float *wte = floats_in(normals(4), 4);
    const uint32_t *ids = ids_in(random_ids(3, 4), 3);
    float *out = floats_out(4);
    expect(CALL(mean_pool, out, wte, ids, 3, 4, 0),
           "mean_pool must return true where d_model is 0: there is nothing to do.");
    expect(is_untouched(out), "mean_pool wrote to out although d_model is 0.");
    try_random_mean(4, 5, 3);
    judge_passed();
}

Test(mean_pool, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_mean(3, 7, 5);
        try_random_mean(8, 2, 3);
    }
    judge_passed();
}

// ---- 13.2 search ---------------------------------------------------------------------

struct library {
    const float *rows, *query;
    size_t n_rows, d;
};

// As in chapter 7: a cosine in double is off by a few times d 2^-53.
static const double COSINE_OFF = 1e-12;

// The order of the n_top best scores, of equal ones the smaller number first.
static uint32_t *in_order(const double *score, size_t n_rows, size_t n_top)
{
    uint32_t *order = judge_ids(n_top + 1);
    size_t n = 0;
    for (size_t r = 0; r < n_rows; r++) {
        if (n == n_top && (n == 0 || score[r] <= score[order[n - 1]]))
            continue;
        size_t k = n < n_top ? n++ : n - 1;
        for (; k > 0 && score[order[k - 1]] < score[r]; k--)
            order[k] = order[k - 1];
        order[k] = (uint32_t)r;
    }
    return order;
}

static double *cosines_of(const struct library *l)
{
    double *score = judge_doubles(l->n_rows);
    const double length = sqrt(dot_product(l->query, l->query, l->d));
    for (size_t r = 0; r < l->n_rows; r++) {
        const float *row = l->rows + r * l->d;
        const double lengths = sqrt(dot_product(row, row, l->d)) * length;
        score[r] = lengths > 0 ? dot_product(row, l->query, l->d) / lengths : 0;
    }
    return score;
}

// False: two cosines are so near to each other that another order of a sum may exchange them.
static bool apart(const struct library *l)
{
    const double *score = cosines_of(l);
    const uint32_t *order = in_order(score, l->n_rows, l->n_rows);
    for (size_t k = 0; k + 1 < l->n_rows; k++) {
        const double gap = score[order[k]] - score[order[k + 1]];
        if (gap > 0 && gap < 10 * COSINE_OFF)
            return false;
    }
    return true;
}

static void try_search(const struct library *l, size_t n_found)
{
    const double *score = cosines_of(l);
    const uint32_t *wanted = in_order(score, l->n_rows, n_found);
    double *wanted_cosines = judge_doubles(n_found);
    for (size_t k = 0; k < n_found; k++)
        wanted_cosines[k] = score[wanted[k]];
    fresh_case();
    const float *rows = floats_in(l->rows, l->n_rows * l->d);
    const float *query = floats_in(l->query, l->d);
    uint32_t *found = ids_out(n_found);
    double *cosines = doubles_out(n_found);
    expect_accepted(CALL(search, found, cosines, rows, query, n_found, l->n_rows, l->d),
                    found);
    expect_ids(found, wanted, n_found);
    expect_doubles(cosines, wanted_cosines, filled(n_found, COSINE_OFF), 1, n_found);
}

static void try_random_search(size_t n_found, size_t n_rows, size_t d)
{
    for (int k = 0; k < 2; k++) {
        struct library l = {NULL, NULL, n_rows, d};
        do {
            float *rows = normals(n_rows * d);
            for (size_t r = 0; r < n_rows; r++) {
                const double by = pow(10, (double)random_between(0, 60) / 10 - 3);
                for (size_t i = 0; i < d; i++)
                    rows[r * d + i] = (float)((double)rows[r * d + i] * by);
            }
            l.rows = rows;
            l.query = scaled(normals(d), d, k ? 0.01 : 50);
        } while (!apart(&l));
        try_search(&l, n_found);
    }
}

Test(search, worked_example)
{
    static const float rows[8] = {0, 2, 3, 4, 0, 0, -1, 0}, query[2] = {0, 5};
    try_random_search(3, 6, 2);
    try_search(&(struct library){rows, query, 4, 2}, 3);
    judge_passed();
}

Test(search, random_rows)
{
    try_random_search(8, 40, 6);
    try_random_search(4, 9, 5);
    try_random_search(1, 30, 7);
    try_random_search(16, 16, 16); // whole blocks of rows and of numbers, and
    try_random_search(13, 13, 15); // one number less
    try_random_search(1, 1, 9);
    try_random_search(5, 7, 7);
    judge_passed();
}

// Rows of 1 and -1 times a power of two: of 4 or 16 numbers all cosines are exact.
static float *sign_rows(size_t n_rows, size_t d)
{
    float *rows = judge_floats(n_rows * d);
    for (size_t r = 0; r < n_rows; r++) {
        const float size = ldexpf(1, (int)random_between(0, 6) - 3);
        for (size_t i = 0; i < d; i++)
            rows[r * d + i] = random_between(0, 1) ? size : -size;
    }
    return rows;
}

Test(search, ties)
{
    try_random_search(4, 9, 4);
    judge_remark("Of equal cosines the smaller number comes first.");
    for (size_t n_found = 1; n_found < 13; n_found += 3)
        try_search(&(struct library){sign_rows(12, 4), sign_rows(1, 4), 12, 4}, n_found);
    try_search(&(struct library){sign_rows(97, 16), sign_rows(1, 16), 97, 16}, 97);
    try_search(&(struct library){sign_rows(401, 4), sign_rows(1, 4), 401, 4}, 400);
    float *line = judge_floats(5003); // more places than any array of a fixed size has
    for (size_t r = 0; r < 5003; r++)
        line[r] = r > 2 ? 2 : -2;
    try_search(&(struct library){line, line + 9, 5003, 1}, 5001);
    judge_passed();
}

Test(search, zero_rows)
{
    enum { N = 9, D = 4 };
    static const float nothing[D] = {0};
    try_random_search(3, 7, 4);
    judge_remark("Where one of the two is all zeros the cosine is 0.");
    for (int draw = 0; draw < 3; draw++) {
        float *rows = sign_rows(N, D);
        for (size_t k = 0; k < 3; k++)
            memset(rows + random_between(0, N - 1) * D, 0, D * sizeof *rows);
        try_search(&(struct library){rows, sign_rows(1, D), N, D}, N);
        try_search(&(struct library){rows, nothing, N, D}, 5);
    }
    judge_passed();
}

// All rows point away from the query, the first exactly.
Test(search, pointing_away)
{
    try_random_search(3, 7, 4);
    for (int draw = 0; draw < 3; draw++) {
        enum { N = 8, D = 3 };
        float *rows = normals(N * D), query[D];
        for (size_t k = 0; k < N * D; k++)
            rows[k] = fabsf(rows[k]) + 0.1f;
        for (size_t i = 0; i < D; i++)
            query[i] = -2 * rows[i];
        try_search(&(struct library){rows, query, N, D}, N);
        try_search(&(struct library){rows, query, N, D}, 2);
    }
    judge_passed();
}

// Cosines that a float cannot tell apart, rows of any size, numbers that cancel.
Test(search, sums_in_double)
{
    static const double sizes[6] = {1e-30, 1e30, 1e-42, 1, 1e-20, 1e37};
    enum { N = 6 };
    float *rows = normals(N * 3), near[N * 2], query[3] = {1, 0, 0};
    const size_t step = random_between(2, 4);
    try_random_search(3, 7, 4);
    judge_remark(
        "A float has 24 bits, and ends at 3.4e38 and 1.4e-45: compute and compare "
        "the cosines in double.");
    for (size_t k = 0; k < N * 3; k++)
        rows[k] = (float)((double)rows[k] * sizes[k / 3] / 8);
    try_search(&(struct library){rows, normals(3), N, 3}, N);
    try_search(&(struct library){rows, scaled(normals(3), 3, 1e-43), N, 3}, N);
    for (size_t r = 0; r < N; r++) {
        near[2 * r] = 1;
        near[2 * r + 1] = (float)(1e-5 * (double)(1 + (r * step + 3) % 7));
    }
    try_search(&(struct library){near, query, N, 2}, N);
    static const float level[10] = {0, 3, 0, 1, 1e-30f, 1, 1e-20f, 2, 0, 4}; // not quite
    try_search(&(struct library){level, query, 5, 2}, 4);
    float cancel[N * 3], across[3] = {1e8f, 1, -1e8f};
    for (size_t r = 0; r < N; r++) {
        cancel[3 * r] = cancel[3 * r + 2] = 1;
        cancel[3 * r + 1] = (float)((r * step + 3) % 7 + 1) / 16;
    }
    try_search(&(struct library){cancel, across, N, 3}, N);
    judge_passed();
}

Test(search, large_sizes)
{
    try_search(&(struct library){normals(5003 * 5), normals(5), 5003, 5}, 5);
    try_search(&(struct library){normals(607 * 9), normals(9), 607, 9}, 601);
    const float *many = normals(70001 * 2); // the best is one of the last
    try_search(&(struct library){many, many + 2 * random_between(66000, 70000), 70001, 2},
               4);
    try_search(&(struct library){normals(3 * 100003), normals(100003), 3, 100003}, 2);
    judge_passed();
}

static void refuse_search(size_t n_found, size_t n_rows, size_t d)
{
    fresh_case();
    const float *rows = floats_in(normals((n_rows + 2) * d), (n_rows + 2) * d);
    const float *query = floats_in(normals(d), d);
    uint32_t *found = ids_out(n_rows + 4);
    double *cosines = doubles_out(n_rows + 4);
    expect_refused(CALL(search, found, cosines, rows, query, n_found, n_rows, d), found,
                   "there are fewer than n_found rows");
    expect(is_untouched(cosines),
           "search wrote to cosines although there are fewer than n_found rows.");
}

Test(search, refuses_too_many)
{
    try_random_search(7, 7, 3);
    refuse_search(8, 7, 3);
    refuse_search(8, 7, 0);
    refuse_search(1, 0, 3);
    try_random_search(7, 7, 3);
    refuse_search(SIZE_MAX, 7, 3);
    refuse_search(1003, 1002, 3);
#if SIZE_MAX > UINT32_MAX
    refuse_search(((size_t)1 << 32) + 2, 7, 3);
#endif
    try_random_search(6, 7, 3);
    judge_passed();
}

static void try_nothing_to_find(size_t n_rows, size_t d)
{
    fresh_case();
    const float *rows = floats_in(normals(n_rows * d), n_rows * d);
    const float *query = floats_in(normals(d), d);
    uint32_t *found = ids_out(4);
    double *cosines = doubles_out(4);
    expect(CALL(search, found, cosines, rows, query, 0, n_rows, d),
           "search must return true for n_found 0: there is nothing to do.");
    expect(is_untouched(found) && is_untouched(cosines),
           "search wrote something although n_found is 0.");
}

Test(search, accepts_nothing)
{
    try_random_search(2, 5, 3);
    try_nothing_to_find(5, 3);
    try_nothing_to_find(0, 3);
    judge_remark("With rows of no numbers all cosines are 0.");
    try_search(&(struct library){normals(1), normals(1), 4, 0}, 3);
    try_random_search(2, 5, 3);
    judge_passed();
}

Test(search, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_search(3, 7, 5);
        try_random_search(7, 7, 3);
    }
    judge_passed();
}

// ---- 13.3 weighted_pool --------------------------------------------------------------

static void try_weighted(const struct text *x, const double *shares, double a)
{
    double *allowed = judge_doubles(x->d), *weights = judge_doubles(x->vocab_size);
    for (size_t v = 0; v < x->vocab_size; v++)
        weights[v] = a / (a + shares[v]);
    const double *wanted = pooled(x, weights, allowed);
    fresh_case();
    const float *wte = floats_in(x->table, x->vocab_size * x->d);
    const uint32_t *ids = ids_in(x->tokens, x->n_tokens);
    const double *p = doubles_in(shares, x->vocab_size);
    float *out = floats_out(x->d);
    expect_accepted(
        CALL(weighted_pool, out, wte, ids, p, a, x->n_tokens, x->vocab_size, x->d), out);
    expect_floats(out, wanted, allowed, 1, x->d);
}

static void try_drawn_weighted(size_t n_tokens, size_t vocab_size, size_t d)
{
    const double a = pow(10, -(double)random_between(5, 45) / 10);
    try_weighted(&(struct text){normals(vocab_size * d), random_ids(n_tokens, vocab_size),
                                n_tokens, vocab_size, d},
                 random_shares(vocab_size), a);
}

static void try_random_weighted(size_t n_tokens, size_t vocab_size, size_t d)
{
    try_drawn_weighted(n_tokens, vocab_size, d);
    try_drawn_weighted(n_tokens, vocab_size, d);
}

Test(weighted_pool, worked_example)
{
    static const float table[4] = {1, 0, 3, 4};
    static const uint32_t tokens[2] = {0, 1};
    static const double shares[2] = {0.75, 0.25};
    try_random_weighted(3, 4, 2);
    try_weighted(&(struct text){table, tokens, 2, 2, 2}, shares, 0.25);
    judge_passed();
}

Test(weighted_pool, random_texts)
{
    try_random_weighted(7, 11, 5);
    try_random_weighted(1, 6, 3);
    try_random_weighted(16, 5, 4);
    try_random_weighted(15, 9, 1);
    try_random_weighted(5, 1, 6);
    judge_passed();
}

// Shares of 0 and 1, an `a` from 1e-300 to 1e300: with a huge one it is the plain mean.
Test(weighted_pool, any_weight)
{
    static const double weights[] = {4e-310, 1e-12, 1e-3, 1, 1e12, 1e300};
    enum { T = 7, V = 6, D = 3 };
    try_random_weighted(5, 4, 3);
    for (size_t k = 0; k < sizeof weights / sizeof *weights; k++) {
        double *shares = random_shares(V);
        shares[random_between(0, V - 1)] = 0;
        shares[random_between(0, V - 1)] = 1;
        const struct text x = {normals(V * D), random_ids(T, V), T, V, D};
        try_weighted(&x, shares, weights[k]);
        try_weighted(&x, filled(V, k % 2 == 0 ? 0.0 : -0.0), weights[k]);
        try_weighted(&x, filled(V, 1), weights[k]);
        const uint32_t twice[2] = {(uint32_t)k % V, (uint32_t)k % V};
        shares[(k + 1) % V] = -0.0; // at least 0, as 0 is
        shares[k % V] = fmin(weights[k], 1);
        try_weighted(&(struct text){x.table, twice, 2, V, D}, shares, weights[k]);
    }
    static const float odd[3] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 6; k++) {
        const struct text x = odd_text(odd[k / 2], k == 0);
        try_weighted(&x, random_shares(x.vocab_size), 0.01);
    }
    judge_passed();
}

Test(weighted_pool, sums_in_double)
{
    static const double sizes[] = {1e-40, 1e-30, 1e30, 3e37};
    enum { T = 33, D = 3 };
    uint32_t tokens[T];
    for (uint32_t t = 0; t < T; t++)
        tokens[t] = t;
    try_random_weighted(5, 4, 3);
    judge_remark("A float has 24 bits: compute the weights and the sums in double.");
    const double same = (double)random_between(1, 99) / 1000;
    try_random_weighted(T, T, 301);
    try_weighted(&(struct text){cancelling_rows(T, D), tokens, T, T, D}, filled(T, same),
                 same);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_weighted(
            &(struct text){scaled(normals(T * D), T * D, sizes[k]), tokens, T, T, D},
            random_shares(T), 0.001);
    judge_passed();
}

Test(weighted_pool, large_sizes)
{
    try_drawn_weighted(5003, 7, 3);
    try_drawn_weighted(3, 70001, 2);
    try_drawn_weighted(2, 3, 20011);
    try_drawn_weighted(601, 131, 67);
    judge_passed();
}

static void refuse_weighted(const uint32_t *tokens, const double *shares, double a,
                            size_t n_tokens, size_t vocab_size, size_t d, const char *why)
{
    fresh_case();
    const float *wte = floats_in(normals(vocab_size * d), vocab_size * d);
    const uint32_t *ids = ids_in(tokens, n_tokens);
    const double *p = doubles_in(shares, vocab_size);
    float *out = floats_out(d + 1);
    expect_refused(CALL(weighted_pool, out, wte, ids, p, a, n_tokens, vocab_size, d), out,
                   why);
}

Test(weighted_pool, refuses_bad_ids)
{
    static const uint32_t bad[] = {5, 6, 0x80000000u, UINT32_MAX};
    static const char why[] = "an id is not below vocab_size";
    try_random_weighted(4, 5, 3);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t place = 0; place < 3; place++) {
            const size_t n = random_between(9, 40);
            uint32_t *tokens = random_ids(n, 5);
            tokens[place == 0 ? 0 : place == 1 ? n / 2 : n - 1] = bad[k];
            refuse_weighted(tokens, random_shares(5), 0.001, n, 5, 3, why);
            if (place == k % 3) // rows of no numbers are checked like any others
                refuse_weighted(tokens, random_shares(5), 0.001, n, 5, 0, why);
        }
    uint32_t *many = random_ids(66003, 5);
    many[66002] = 5;
    refuse_weighted(many, random_shares(5), 0.001, 66003, 5, 3, why);
    for (size_t d = 0; d < 4; d += 3)
        refuse_weighted(random_ids(1, 4), random_shares(4), 0.001, 0, 4, d,
                        "there are no tokens");
    try_random_weighted(4, 5, 3);
    judge_passed();
}

Test(weighted_pool, refuses_bad_weights)
{
    static const double bad[] = {0, -0.001, NAN, INFINITY, -INFINITY, -0.0};
    try_random_weighted(4, 5, 3);
    judge_remark("Ask what must hold, a > 0 and a < INFINITY: a NaN is neither.");
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t d = 0; d < 4; d += 3)
            refuse_weighted(random_ids(6, 5), random_shares(5), bad[k], 6, 5, d,
                            "a is not greater than 0, or not finite");
    try_random_weighted(4, 5, 3);
    judge_passed();
}

Test(weighted_pool, refuses_bad_shares)
{
    static const double bad[] = {-1e-9,     1.000001, NAN,     INFINITY,
                                 -INFINITY, 2,        -5e-324, 1 + 0x1p-52};
    static const char why[] = "the share of a token is not from 0 to 1";
    enum { T = 9, V = 12 };
    try_random_weighted(4, 5, 3);
    judge_remark("Ask what must hold, p >= 0 and p <= 1: a NaN is neither.");
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t place = 0; place < 3; place++) {
            double *shares = random_shares(V);
            uint32_t *tokens = random_ids(T, V - 1);
            tokens[place == 0 ? 0 : place == 1 ? T / 2 : T - 1] = V - 1;
            shares[V - 1] = bad[k];
            refuse_weighted(tokens, shares, 0.001, T, V, 3, why);
            if (place == k % 3)
                refuse_weighted(tokens, shares, 0.001, T, V, 0, why);
        }
    try_random_weighted(4, 5, 3);
    judge_passed();
}

// Shares that no token points to may be anything.
Test(weighted_pool, unused_shares)
{
    static const double odd[] = {-1, 2, NAN, INFINITY, -INFINITY};
    enum { T = 6, V = 9, D = 3 };
    try_random_weighted(4, 5, 3);
    judge_remark("Shares of words that do not occur among the tokens do not matter.");
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        double *shares = random_shares(V);
        uint32_t *tokens = random_ids(T, V - 2);
        for (size_t t = 0; t < T; t++)
            tokens[t]++;
        shares[0] = shares[V - 1] = odd[k];
        try_weighted(&(struct text){normals(V * D), tokens, T, V, D}, shares, 0.01);
    }
    judge_passed();
}

Test(weighted_pool, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_weighted(3, 7, 5);
        try_random_weighted(8, 2, 3);
    }
    judge_passed();
}

// ---- 13.4 patchify -------------------------------------------------------------------

struct picture {
    const float *pixels;
    size_t height, width, n_channels, patch;
};

static size_t count_numbers(const struct picture *x)
{
    return x->height * x->width * x->n_channels;
}

// By the formula of the contract: every index by itself.
static float *patches_of(const struct picture *x)
{
    float *out = judge_floats(count_numbers(x));
    const size_t across = x->width / x->patch, p = x->patch, ch = x->n_channels;
    for (size_t n = 0; n < x->height / p * across; n++)
        for (size_t r = 0; r < p; r++)
            for (size_t c = 0; c < p * ch; c++)
                out[(n * p + r) * p * ch + c] =
                    x->pixels[((n / across * p + r) * x->width + n % across * p) * ch +
                              c];
    return out;
}

static void try_patches(const struct picture *x)
{
    const size_t n = count_numbers(x);
    const float *wanted = patches_of(x);
    fresh_case();
    const float *image = floats_in(x->pixels, n);
    float *out = floats_out(n);
    expect_accepted(
        CALL(patchify, out, image, x->height, x->width, x->n_channels, x->patch), out);
    expect_bits(out, wanted, n / (x->patch * x->patch * x->n_channels),
                x->patch * x->patch * x->n_channels);
}

// numbers that are all of a sort, and nearly all different
static float *many_numbers(size_t n)
{
    float *out = judge_floats(n);
    uint32_t at = judge_random();
    const uint32_t step = judge_random() | 1;
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((at += step) >> 8);
    return out;
}

static void try_many_pixels(size_t height, size_t width, size_t n_channels, size_t patch)
{
    try_patches(&(struct picture){many_numbers(height * width * n_channels), height,
                                  width, n_channels, patch});
}

static void try_random_patches(size_t height, size_t width, size_t n_channels,
                               size_t patch)
{
    for (int k = 0; k < 2; k++)
        try_patches(&(struct picture){normals(height * width * n_channels), height, width,
                                      n_channels, patch});
}

static float *counted(size_t n)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)k;
    return out;
}

Test(patchify, worked_example)
{
    try_random_patches(2, 4, 1, 2);
    try_patches(&(struct picture){counted(8), 2, 4, 1, 2});
    try_patches(&(struct picture){counted(16), 4, 4, 1, 2});
    try_patches(&(struct picture){counted(24), 4, 6, 1, 2});
    judge_passed();
}

Test(patchify, random_pictures)
{
    try_random_patches(6, 9, 1, 3);
    try_random_patches(8, 4, 1, 2);
    try_random_patches(4, 20, 1, 4);
    try_random_patches(5, 5, 1, 5);
    try_random_patches(3, 7, 1, 1);
    judge_passed();
}

Test(patchify, channels)
{
    try_random_patches(4, 6, 3, 2);
    try_random_patches(6, 3, 2, 3);
    try_random_patches(2, 5, 4, 1);
    try_random_patches(10, 15, 3, 5);
    try_random_patches(4, 6, 2, 2); // as many channels as a patch, or a picture, is wide
    try_random_patches(6, 3, 3, 3);
    try_random_patches(2, 4, 4, 2);
    try_random_patches(1, 7, 2, 1);
    try_random_patches(7, 1, 2, 1);
    judge_passed();
}

// A patch times a matrix is what a convolution with the same step computes.
Test(patchify, equals_convolution)
{
    enum { H = 6, W = 8, P = 2, D = 3, N = H * W / (P * P) };
    float *image = normals(H * W), *matrix = normals(P * P * D);
    double *wanted = judge_doubles(N * D), *allowed = judge_doubles(N * D);
    double *rows = judge_doubles(N * D);
    try_random_patches(4, 6, 1, 2);
    for (size_t k = 0; k < H * W * D; k++) { // pixel by pixel
        const size_t j = k % D, r = k / D / W, c = k / D % W;
        const size_t n = r / P * (W / P) + c / P, i = r % P * P + c % P;
        const double x = (double)image[r * W + c] * (double)matrix[i * D + j];
        wanted[n * D + j] += x;
        allowed[n * D + j] += fabs(x) * 1e-12;
    }
    fresh_case();
    const float *pixels = floats_in(image, H * W);
    float *out = floats_out(H * W);
    expect_accepted(CALL(patchify, out, pixels, H, W, 1, P), out);
    for (size_t k = 0; k < N * D; k++)
        for (size_t i = 0; i < P * P; i++)
            rows[k] += (double)out[k / D * P * P + i] * (double)matrix[i * D + k % D];
    for (size_t k = 0; k < N * D; k++)
        expect(fabs(rows[k] - wanted[k]) <= allowed[k],
               "patch %zu times a matrix gives %.9g as number %zu; the convolution with "
               "step %d gives %.9g.",
               k / D, rows[k], k % D, P, wanted[k]);
    judge_passed();
}

Test(patchify, copies_every_bit)
{
    static const uint32_t odd[] = {0x7FC12345u, 0xFF800000u, 0x80000000u, 0x7F800000u,
                                   1u,          0xFFC00001u, 0x7F7FFFFFu, 0x80000001u,
                                   0x7FA00001u, 0xFF800001u};
    enum { H = 4, W = 6, P = 2 };
    float *image = normals(H * W);
    try_random_patches(4, 6, 1, 2);
    judge_remark("Nothing is computed: every bit arrives as it was.");
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
        memcpy(image + 2 * k + random_between(0, 1), odd + k,
               sizeof *odd); // none over another
    try_patches(&(struct picture){image, H, W, 1, P});
    try_patches(&(struct picture){image, 2, 4, 3, 2});
    judge_passed();
}

Test(patchify, large_sizes)
{
    try_many_pixels(5002, 4, 1, 2);
    try_many_pixels(6003, 3, 1, 3);
    try_many_pixels(3, 70005, 1, 3);
    try_many_pixels(2, 2, 10007, 1);
    try_random_patches(93, 62, 1, 31);
    try_many_pixels(1031, 1031, 1, 1031); // a number of 64 bits a pixel fills no stack
    judge_passed();
}

static void refuse_patches(size_t height, size_t width, size_t n_channels, size_t patch,
                           const char *why)
{
    const size_t n = (height + 4) * (width + 4) * (n_channels + 1);
    fresh_case();
    const float *image = floats_in(normals(n), n);
    float *out = floats_out(n);
    expect_refused(CALL(patchify, out, image, height, width, n_channels, patch), out,
                   why);
}

Test(patchify, refuses_bad_patches)
{
    static const char no_fit[] = "patch does not divide height and width";
    try_random_patches(4, 6, 1, 2);
    refuse_patches(4, 6, 1, 0, "patch is 0");
    refuse_patches(0, 0, 1, 0, "patch is 0");
    refuse_patches(4, 6, 1, 4, no_fit);
    refuse_patches(6, 4, 1, 4, no_fit);
    refuse_patches(9, 6, 2, 2, no_fit);
    refuse_patches(6, 9, 2, 2, no_fit);
    refuse_patches(4, 6, 1, 12, no_fit);
    refuse_patches(8, 8, 1, 16, no_fit);
    refuse_patches(8, 8, 1, SIZE_MAX, no_fit);
    refuse_patches(6, 0, 3, 4, no_fit);
    refuse_patches(0, 6, 3, 4, no_fit);
    refuse_patches(6, 4, 0, 4, no_fit);
    refuse_patches(6, 4, 0, 0, "patch is 0");
    refuse_patches(4, 6, 1, (size_t)UINT32_MAX + 3, no_fit);
#if SIZE_MAX > UINT32_MAX
    for (int k = 0; k < 2;
         k++) { // 2^32 + 3 is no multiple of 3, and there are no numbers
        const size_t far = ((size_t)1 << 32) + 3;
        fresh_case();
        const float *image = floats_in(normals(4), 4);
        float *out = floats_out(4);
        expect_refused(
            CALL(patchify, out, image, k == 0 ? far : 0, k == 0 ? 0 : far, 1, 3), out,
            no_fit);
    }
#endif
    try_random_patches(4, 6, 1, 2);
    judge_passed();
}

static void try_no_picture(size_t height, size_t width, size_t n_channels, size_t patch)
{
    fresh_case();
    const float *image = floats_in(normals(4), 4);
    float *out = floats_out(4);
    expect(
        CALL(patchify, out, image, height, width, n_channels, patch),
        "patchify must return true for a picture of no numbers: there is nothing to do.");
    expect(is_untouched(out),
           "patchify wrote to out although the picture has no numbers.");
}

Test(patchify, accepts_nothing)
{
    try_random_patches(4, 6, 1, 2);
    try_no_picture(0, 6, 3, 2);
    try_no_picture(6, 0, 3, 2);
    try_no_picture(6, 4, 0, 2);
    try_no_picture(0, 0, 0, 7);
    try_random_patches(4, 6, 1, 2);
    judge_passed();
}

Test(patchify, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_patches(4, 6, 3, 2);
        try_random_patches(3, 3, 1, 3);
    }
    judge_passed();
}

// ---- 13.5 residue_rows ---------------------------------------------------------------

struct eigen {
    const double *values, *vectors;
    size_t n;
};

// A root and a product in double, and one rounding.
static void try_rows(const struct eigen *e, size_t d)
{
    const size_t n = e->n;
    double *wanted = judge_doubles(n * d), *allowed = judge_doubles(n * d);
    for (size_t k = 0; k < n; k++) {
        size_t place = 0;
        for (size_t other = 0; other < n; other++)
            place += e->values[other] > e->values[k] ||
                     (other < k && !(e->values[other] < e->values[k]));
        const double root = sqrt(fmax(e->values[k], 0));
        for (size_t r = 0; r < n && place < d && e->values[k] > 0; r++) {
            const double x = root * e->vectors[k * n + r];
            wanted[r * d + place] = x;
            allowed[r * d + place] = fabs(x) * 0x1.001p-24 + 0x1p-149;
        }
    }
    fresh_case();
    const double *values = doubles_in(e->values, n);
    const double *vectors = doubles_in(e->vectors, n * n);
    float *out = floats_out(n * d);
    expect_accepted(CALL(residue_rows, out, values, vectors, d, n), out);
    expect_floats(out, wanted, allowed, n, d);
}

static double *random_doubles(size_t n)
{
    double *out = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        out[k] = random_normal();
    return out;
}

// Values of both signs, or all positive, in any order.
static void try_drawn_rows(size_t d, size_t n, bool both_signs)
{
    double *values = random_doubles(n);
    for (size_t e = 0; e < n; e++)
        values[e] = 10 * (both_signs ? values[e] : fabs(values[e]));
    try_rows(&(struct eigen){values, random_doubles(n * n), n}, d);
}

static void try_random_rows(size_t d, size_t n, bool both_signs)
{
    try_drawn_rows(d, n, both_signs);
    try_drawn_rows(d, n, both_signs);
}

Test(residue_rows, worked_example)
{
    static const double values[3] = {4, -9, 25};
    static const double vectors[9] = {1, 0, 0, 0, 0.6, 0.8, 0, -0.8, 0.6};
    try_random_rows(2, 3, true);
    try_rows(&(struct eigen){values, vectors, 3}, 3);
    try_rows(&(struct eigen){values, vectors, 3}, 1);
    judge_passed();
}

Test(residue_rows, random_values)
{
    try_random_rows(5, 5, false);
    try_random_rows(2, 6, false);
    try_random_rows(7, 16, false);
    try_random_rows(1, 9, false);
    try_random_rows(1, 1, false);
    for (int draw = 0; draw < 3; draw++) { // a single value, of any sign, and two
        try_random_rows(1, 1, true);
        try_random_rows(2, 2, true);
    }
    judge_passed();
}

// Negative ones, however large, come last and write zeros; so does a 0.
Test(residue_rows, negative_values)
{
    enum { N = 6 };
    try_random_rows(6, 6, true);
    try_random_rows(9, 11, true);
    judge_remark(
        "Greatest is not largest in size: only values greater than 0 have a column.");
    for (size_t d = 1; d <= N; d++) {
        double *values = random_doubles(N);
        for (size_t e = 0; e < N; e++)
            values[e] = e % 2 ? -30 - fabs(values[e]) : fabs(values[e]);
        values[random_between(0, N - 1)] = d % 2 ? 0.0 : -0.0;
        try_rows(&(struct eigen){values, random_doubles(N * N), N}, d);
        for (size_t e = 0; e < N; e++)
            values[e] = -fabs(values[e]);
        try_rows(&(struct eigen){values, random_doubles(N * N), N}, d);
    }
    judge_passed();
}

Test(residue_rows, ties)
{
    enum { N = 9 };
    try_random_rows(4, 5, true);
    judge_remark("Of equal values the smaller index comes first.");
    for (size_t d = 1; d <= N; d += 2) {
        double *values = judge_doubles(N);
        for (size_t e = 0; e < N; e++)
            values[e] = (double)random_between(0, 4) - 1;
        try_rows(&(struct eigen){values, random_doubles(N * N), N}, d);
        try_rows(&(struct eigen){filled(N, 2), random_doubles(N * N), N}, d);
    }
    judge_passed();
}

// A symmetric matrix is made from a random rotation and values; the dot products of all its
// rows are the matrix again, if no value is negative.
Test(residue_rows, gives_the_matrix_back)
{
    enum { N = 5 };
    double *vectors = random_doubles(N * N), *values = judge_doubles(N);
    try_random_rows(4, 5, true);
    for (size_t e = 0; e < N; e++) {
        double *u = vectors + e * N, square = 0;
        values[e] = (double)random_between(1, 40) / 4;
        for (size_t other = 0; other < e; other++) {
            double along = 0;
            for (size_t r = 0; r < N; r++)
                along += u[r] * vectors[other * N + r];
            for (size_t r = 0; r < N; r++)
                u[r] -= along * vectors[other * N + r];
        }
        for (size_t r = 0; r < N; r++)
            square += u[r] * u[r];
        for (size_t r = 0; r < N; r++)
            u[r] /= sqrt(square);
    }
    fresh_case();
    const double *in_values = doubles_in(values, N),
                 *in_vectors = doubles_in(vectors, N * N);
    float *out = floats_out(N * N);
    expect_accepted(CALL(residue_rows, out, in_values, in_vectors, N, N), out);
    for (size_t k = 0; k < N * N; k++) {
        double wanted = 0, got = dot_product(out + k / N * N, out + k % N * N, N);
        for (size_t e = 0; e < N; e++)
            wanted += values[e] * vectors[e * N + k / N] * vectors[e * N + k % N];
        expect(
            fabs(got - wanted) < 1e-4,
            "the dot product of rows %zu and %zu is %.6f, and the matrix has %.6f there.",
            k / N, k % N, got, wanted);
    }
    judge_passed();
}

// Values of any size, and roots that a float would spoil.
Test(residue_rows, in_double)
{
    static const double sizes[] = {1e-80, 1e-300, 1e70, 1e-12, 5e-324, 1e84};
    enum { N = 4 };
    try_random_rows(4, 5, true);
    judge_remark("Compute the root and the product in double, and round once.");
    for (int draw = 0; draw < 3; draw++) { // results from 1e-35 to 1e-43
        double *values = random_doubles(N);
        for (size_t e = 0; e < N; e++)
            values[e] = fabs(values[e]) * pow(10, -71 - 5 * (double)e);
        try_rows(&(struct eigen){values, random_doubles(N * N), N}, N);
    }
    const double level[N] = {1, 1 + 0x1p-52, 1 + 0x1p-51, 1 - 0x1p-53}; // not quite
    try_rows(&(struct eigen){level, random_doubles(N * N), N}, 3);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        double *values = random_doubles(N), *vectors = random_doubles(N * N);
        for (size_t e = 0; e < N; e++)
            values[e] = fabs(values[e]) * sizes[k] + 5e-324;
        // a root that is no float, and vectors that make one of it
        for (size_t i = 0; i < N * N && fabs(log10(sizes[k])) > 75; i++)
            vectors[i] /= sqrt(sizes[k]);
        try_rows(&(struct eigen){values, vectors, N}, N);
    }
    judge_passed();
}

// The greatest value is the last one, and only its vector is not zeros.
static void try_last_of_many(void)
{
    enum { N = 1033 };
    double *last = random_doubles(N), *of_values = random_doubles(N);
    double *wanted = judge_doubles(N), *allowed = judge_doubles(N);
    of_values[N - 1] = 100;
    for (size_t r = 0; r < N; r++) {
        wanted[r] = 10 * last[r];
        allowed[r] = fabs(wanted[r]) * 0x1.001p-24 + 0x1p-149;
    }
    fresh_case();
    double *vectors = (double *)(void *)sparse_floats_in(2 * N * N);
    memcpy(vectors + (N - 1) * N, last, N * sizeof *last);
    judge_seal(vectors);
    const double *values = doubles_in(of_values, N);
    float *out = floats_out(N);
    expect_accepted(CALL(residue_rows, out, values, vectors, 1, N), out);
    expect_floats(out, wanted, allowed, N, 1);
}

Test(residue_rows, large_sizes)
{
    try_drawn_rows(3, 307, true);
    try_drawn_rows(131, 137, false);
    try_last_of_many();
    judge_passed();
}

static void refuse_rows(size_t d, size_t n)
{
    const size_t room = (n + 2) * (n + 2);
    fresh_case();
    const double *values = doubles_in(random_doubles(n + 2), n + 2);
    const double *vectors = doubles_in(random_doubles(room), room);
    float *out = floats_out(room);
    expect_refused(CALL(residue_rows, out, values, vectors, d, n), out,
                   "d_model is more than n");
}

Test(residue_rows, sizes)
{
    try_random_rows(4, 5, true);
    refuse_rows(6, 5);
    refuse_rows(7, 5);
    refuse_rows(1, 0);
    refuse_rows(SIZE_MAX, 5);
    refuse_rows((size_t)UINT32_MAX + 3, 5);
    judge_remark("Rows of no numbers, or no rows: there is nothing to do, and no error.");
    for (size_t n = 0; n < 4; n += 3) {
        fresh_case();
        const double *values = doubles_in(random_doubles(4), 4);
        const double *vectors = doubles_in(random_doubles(16), 16);
        float *out = floats_out(4);
        expect(
            CALL(residue_rows, out, values, vectors, 0, n),
            "residue_rows must return true where d_model is 0: there is nothing to do.");
        expect(is_untouched(out), "residue_rows wrote to out although d_model is 0.");
    }
    try_random_rows(4, 5, true);
    judge_passed();
}

Test(residue_rows, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_rows(3, 7, true);
        try_random_rows(4, 4, false);
    }
    judge_passed();
}
