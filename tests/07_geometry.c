// Tests of chapter 7, geometry. A suite is a function, a test one thing that can be wrong.
#include "07_geometry.h"
#include "judge.h"

#include "calls/07_geometry.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(7);

// Rows of five words and the point king - man + woman, and the cosines of that point with
// them (PyTorch, in 64 bits).
enum { MAN, WOMAN, KING, QUEEN, APPLE, POINT, N_TOY };
static const float toy_rows[N_TOY * 3] = {1,    0.5f,  0, 1,  -0.5f, 0,    1, 0.6f,  3,
                                          2.2f, -0.5f, 2, -2, 0,     0.5f, 1, -0.4f, 3};
static const double toy_cosines[5] = {0.951312243, 0.874078606, 0.33672812, 0.224485413,
                                      -0.0760901929};

// tail, animal, edible, pet, fruit of cat, dog, apple
static const float features[15] = {0.9f, 0.88f, 0.1f, 0.85f, 0,     0.95f, 0.93f, 0.05f,
                                   0.9f, 0,     0,    0,     0.95f, 0,     0.98f};

static double length_of(const float *row, size_t d)
{
    return sqrt(dot_product(row, row, d));
}

// The cosine of two rows of these lengths; 0 if one of them is all zeros.
static double cosine_with(const float *a, double length_a, const float *b,
                          double length_b, size_t d)
{
    const double lengths = length_a * length_b;
    return lengths > 0 ? dot_product(a, b, d) / lengths : 0;
}

static float *scaled(const float *values, size_t n, double by)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)values[k] * by);
    return out;
}

// Rows of d numbers, each -1 or 1, times a power of two: of d = 4 or 16 all cosines are
// exact however they are computed, and many are equal.
static float *sign_rows(size_t n_rows, size_t d)
{
    float *rows = judge_floats(n_rows * d);
    for (size_t v = 0; v < n_rows; v++) {
        const float size = ldexpf(1, (int)random_between(0, 6) - 3);
        for (size_t i = 0; i < d; i++)
            rows[v * d + i] = random_between(0, 1) ? size : -size;
    }
    return rows;
}

// Each row gets a length of its own, from 1/1000 to 1000.
static void stretch_rows(float *rows, size_t n_rows, size_t d)
{
    for (size_t v = 0; v < n_rows; v++) {
        const double by = pow(10, (double)random_between(0, 60) / 10 - 3);
        for (size_t i = 0; i < d; i++)
            rows[v * d + i] = (float)((double)rows[v * d + i] * by);
    }
}

// ---- 7.1 nearest_rows ----------------------------------------------------------------

struct table {
    const float *rows;
    size_t n_rows, d;
};

// The order of all rows by falling score, of equal ones the smaller id first; `skip` last.
// Fewer than all if only n_top are wanted.
static uint32_t *in_order(const double *score, size_t n_rows, size_t n_top, size_t skip)
{
    uint32_t *order = judge_ids(n_top + 1);
    size_t n = 0;
    for (size_t v = 0; v < n_rows; v++) {
        if (v == skip || (n == n_top && (n == 0 || score[v] <= score[order[n - 1]])))
            continue;
        size_t k = n < n_top ? n++ : n - 1;
        for (; k > 0 && score[order[k - 1]] < score[v]; k--)
            order[k] = order[k - 1];
        order[k] = (uint32_t)v;
    }
    return order;
}

// A sum of n products in double, in any order, is off by n 2^-53 of the sum of their sizes,
// so a cosine by a few times that: far less than this, and any two that differ do so by more.
static const double COSINE_OFF = 1e-12;

// False: two cosines are so near to each other that another order of a sum may exchange them.
static bool apart(const double *score, size_t n_rows, size_t skip, double least)
{
    const size_t n = n_rows - 1;
    const uint32_t *order = in_order(score, n_rows, n, skip);
    for (size_t k = 0; k + 1 < n; k++) {
        const double gap = score[order[k]] - score[order[k + 1]];
        if (gap != 0 && gap < least)
            return false;
    }
    return true;
}

static double *cosines_with(const struct table *t, size_t row)
{
    double *score = judge_doubles(t->n_rows);
    const float *own = t->rows + row * t->d;
    const double length = length_of(own, t->d);
    for (size_t v = 0; v < t->n_rows; v++) {
        const float *other = t->rows + v * t->d;
        score[v] = cosine_with(own, length, other, length_of(other, t->d), t->d);
    }
    return score;
}

static void try_nearest(const struct table *t, size_t row, size_t n_nearest)
{
    const double *score = cosines_with(t, row);
    const uint32_t *wanted = in_order(score, t->n_rows, n_nearest, row);
    double *wanted_cosines = judge_doubles(n_nearest);
    for (size_t k = 0; k < n_nearest; k++)
        wanted_cosines[k] = score[wanted[k]];
    fresh_case();
    const float *wte = floats_in(t->rows, t->n_rows * t->d);
    uint32_t *nearest = ids_out(n_nearest);
    double *cosines = doubles_out(n_nearest);
    expect_accepted(CALL(nearest_rows, nearest, cosines, wte, (uint32_t)row, n_nearest,
                         t->n_rows, t->d),
                    nearest);
    expect_ids(nearest, wanted, n_nearest);
    expect_doubles(cosines, wanted_cosines, filled(n_nearest, COSINE_OFF), 1, n_nearest);
}

// Twice the same sizes in the same place: another table, and then another row.
static void try_random_nearest(size_t n_nearest, size_t n_rows, size_t d)
{
    for (int k = 0; k < 2; k++) {
        struct table t = {NULL, n_rows, d};
        const size_t row = random_between(0, n_rows - 1);
        float *rows;
        do {
            rows = normals(n_rows * d);
            stretch_rows(rows, n_rows, d);
            t.rows = rows;
        } while (!apart(cosines_with(&t, row), n_rows, row, 1e-6));
        try_nearest(&t, row, n_nearest);
        try_nearest(&t, (row + 1) % n_rows, 1);
    }
}

// As many rows as you like: of so many, two cosines are often closer than 1e-6.
static void try_many_nearest(size_t n_nearest, size_t n_rows, size_t d)
{
    const struct table t = {normals(n_rows * d), n_rows, d};
    try_nearest(&t, random_between(0, n_rows - 2), n_nearest);
    if (n_nearest < 10)
        try_nearest(&t, n_rows - 1, n_nearest);
}

Test(nearest_rows, worked_example)
{
    static const float rows[8] = {3, 4, 8, 6, 4, -3, 0, 0};
    static const uint32_t toy_order[5] = {KING, QUEEN, WOMAN, MAN, APPLE};
    try_random_nearest(3, 6, 2);
    try_nearest(&(struct table){rows, 4, 2}, 0, 3);
    try_nearest(&(struct table){features, 3, 5}, 0, 2);
    fresh_case();
    const float *wte = floats_in(toy_rows, N_TOY * 3);
    uint32_t *nearest = ids_out(5);
    double *cosines = doubles_out(5);
    expect_accepted(CALL(nearest_rows, nearest, cosines, wte, POINT, 5, N_TOY, 3),
                    nearest);
    expect_ids(nearest, toy_order, 5);
    // those rows were no floats: 0.6, 2.2 and 0.4 are rounded here
    expect_doubles(cosines, toy_cosines, filled(5, 1e-7), 1, 5);
    judge_passed();
}

Test(nearest_rows, random_tables)
{
    try_random_nearest(8, 40, 6);
    try_random_nearest(31, 32, 16); // whole blocks of rows and of numbers, and
    try_random_nearest(12, 13, 15); // one number less
    try_random_nearest(1, 30, 7);
    try_random_nearest(1, 2, 9);
    judge_passed();
}

Test(nearest_rows, ties)
{
    try_random_nearest(4, 9, 4);
    for (size_t n_nearest = 1; n_nearest < 12; n_nearest += 2)
        try_nearest(&(struct table){sign_rows(12, 4), 12, 4}, random_between(0, 11),
                    n_nearest);
    try_nearest(&(struct table){sign_rows(97, 16), 97, 16}, random_between(0, 96), 96);
    try_nearest(&(struct table){sign_rows(401, 4), 401, 4}, random_between(0, 400), 400);
    judge_passed();
}

// A row of zeros is nearer than one that points away.
// Rows that are zeros but for their last numbers: no rows of zeros.
static float *late_rows(size_t n_rows, size_t d)
{
    float *rows = normals(n_rows * d);
    for (size_t v = 0; v < n_rows; v++)
        memset(rows + v * d, 0, (d - 2) * sizeof *rows);
    return rows;
}

static void try_zero_rows(void)
{
    enum { N = 9, D = 4 };
    float *rows = sign_rows(N, D);
    for (size_t k = 0; k < 3; k++)
        memset(rows + random_between(0, N - 1) * D, 0, D * sizeof *rows);
    const struct table t = {rows, N, D};
    for (size_t row = 0; row < N; row++)
        try_nearest(&t, row, N - 1);
}

Test(nearest_rows, zero_rows)
{
    try_random_nearest(3, 7, 4);
    judge_remark("A row of zeros has the cosine 0 with every row.");
    try_zero_rows();
    try_zero_rows();
    judge_remark("A row that begins with zeros is not a row of zeros.");
    try_nearest(&(struct table){late_rows(7, 9), 7, 9}, random_between(0, 6), 4);
    judge_passed();
}

// All other rows point away, some of them exactly.
Test(nearest_rows, pointing_away)
{
    try_random_nearest(3, 7, 4);
    for (int draw = 0; draw < 3; draw++) {
        enum { N = 8, D = 3 };
        float *rows = normals(N * D);
        for (size_t k = 0; k < N * D; k++)
            rows[k] = fabsf(rows[k]) + 0.1f;
        const size_t row = random_between(0, N - 1), behind = (row + 1) % N;
        for (size_t i = 0; i < D; i++)
            rows[row * D + i] *= -1;
        for (size_t i = 0; i < D; i++)
            rows[behind * D + i] = -2 * rows[row * D + i];
        try_nearest(&(struct table){rows, N, D}, row, N - 1);
        try_nearest(&(struct table){rows, N, D}, row, 2);
    }
    judge_passed();
}

// Rows of any size; cosines that a float cannot tell apart; large numbers that cancel.
static void try_sizes_of_rows(void)
{
    static const double sizes[6] = {1e-30, 1e30, 1e-42, 1, 1e-20, 1e37};
    enum { N = 6, D = 3 };
    float *rows = normals(N * D);
    for (size_t v = 0; v < N; v++)
        for (size_t i = 0; i < D; i++)
            rows[v * D + i] = (float)((double)rows[v * D + i] * sizes[v] / 8);
    for (size_t row = 0; row < N; row++)
        try_nearest(&(struct table){rows, N, D}, row, N - 1);
}

static void try_close_cosines(void)
{
    enum { N = 7, D = 2 };
    float rows[N * D];
    const size_t first = random_between(2, 5); // never in the order of the ids
    for (size_t v = 0; v < N; v++) {
        rows[v * D] = 1;
        rows[v * D + 1] = (float)(1e-5 * (double)(1 + (v * first) % N));
    }
    rows[0] = 1;
    rows[1] = 0;
    try_nearest(&(struct table){rows, N, D}, 0, N - 1);
}

// Cosines that differ by less than any limit one might think of.
static void try_tiny_cosines(void)
{
    static const float rows[5 * 2] = {1, 0, 0, 1, 1e-30f, 1, 1e-20f, 2, 0, 4};
    try_nearest(&(struct table){rows, 5, 2}, 0, 4);
}

static void try_cancelling_rows(void)
{
    enum { N = 6, D = 3 };
    float rows[N * D] = {1e8f, 1, -1e8f};
    for (size_t v = 1; v < N; v++) {
        rows[v * D] = rows[v * D + 2] = 1;
        rows[v * D + 1] = (float)(v * random_between(1, 5)) / 16;
    }
    try_nearest(&(struct table){rows, N, D}, 0, N - 1);
}

Test(nearest_rows, sums_in_double)
{
    try_random_nearest(3, 7, 4);
    judge_remark(
        "A float has 24 bits, and ends at 3.4e38 and 1.4e-45: compute and compare "
        "the cosines in double.");
    try_sizes_of_rows();
    try_close_cosines();
    try_tiny_cosines();
    try_cancelling_rows();
    judge_passed();
}

// More rows than a stack has room for: all zeros but a few, and of those the last is itself.
static void try_millions_of_rows(size_t n_rows)
{
    enum { N = 4 };
    const uint32_t row = (uint32_t)n_rows - 1 - (uint32_t)random_between(0, 99);
    const uint32_t far = (uint32_t)random_between(100, 199),
                   away = (uint32_t)random_between(0, 1);
    const uint32_t wanted[N] = {far, row - 1, 1 - away, 2};
    const double wanted_cosines[N] = {1, 1, 0, 0};
    fresh_case();
    float *wte = sparse_floats_in(n_rows);
    wte[row] = 2;
    wte[row - 1] = 1;
    wte[far] = 3;
    wte[away] = -1;
    judge_seal(wte);
    uint32_t *nearest = ids_out(N);
    double *cosines = doubles_out(N);
    expect_accepted(CALL(nearest_rows, nearest, cosines, wte, row, N, n_rows, 1),
                    nearest);
    expect_ids(nearest, wanted, N);
    expect_doubles(cosines, wanted_cosines, filled(N, COSINE_OFF), 1, N);
}

Test(nearest_rows, large_sizes)
{
    try_many_nearest(5, 5003, 5);
    try_many_nearest(4099, 4111, 3);
    try_many_nearest(7, 1031, 67);
    try_many_nearest(2, 4, 100003);
    try_millions_of_rows(2200003);
    judge_passed();
}

static void refuse_nearest(size_t row, size_t n_nearest, size_t n_rows, size_t d,
                           const char *why)
{
    fresh_case();
    const float *wte = floats_in(normals((n_rows + 2) * d), (n_rows + 2) * d);
    uint32_t *nearest = ids_out(n_rows + 4);
    double *cosines = doubles_out(n_rows + 4);
    expect_refused(
        CALL(nearest_rows, nearest, cosines, wte, (uint32_t)row, n_nearest, n_rows, d),
        nearest, why);
    expect(is_untouched(cosines), "nearest_rows wrote to cosines although %s.", why);
}

Test(nearest_rows, refuses_bad_sizes)
{
    static const char no_row[] = "row is not below vocab_size";
    static const char too_many[] = "there are fewer than n_nearest other rows";
    try_random_nearest(6, 7, 3);
    refuse_nearest(7, 2, 7, 3, no_row);
    refuse_nearest(8, 2, 7, 3, no_row);
    try_random_nearest(6, 7, 3);
    refuse_nearest(0x80000000u, 2, 7, 3, no_row);
    refuse_nearest(UINT32_MAX, 2, 7, 3, no_row);
    refuse_nearest(7, 0, 7, 3, no_row);
    refuse_nearest(0, 0, 0, 3, no_row);
    refuse_nearest(2, 7, 7, 3, too_many);
    refuse_nearest(2, 8, 7, 3, too_many);
    refuse_nearest(0, 1, 1, 3, too_many);
    refuse_nearest(2, SIZE_MAX, 7, 3, too_many);
    refuse_nearest(1000, 1003, 1003, 2, too_many);
#if SIZE_MAX > UINT32_MAX
    refuse_nearest(2, ((size_t)1 << 32) + 2, 7, 3, too_many);
#endif
    refuse_nearest(7, 9, 7, 3, no_row);
    refuse_nearest(7, 2, 7, 0, no_row); // rows of no numbers are asked the same
    refuse_nearest(2, 7, 7, 0, too_many);
    try_random_nearest(6, 7, 3);
    judge_passed();
}

static void try_no_neighbours(size_t row, size_t n_rows, size_t d)
{
    fresh_case();
    const float *wte = floats_in(normals(n_rows * d), n_rows * d);
    uint32_t *nearest = ids_out(4);
    double *cosines = doubles_out(4);
    expect(CALL(nearest_rows, nearest, cosines, wte, (uint32_t)row, 0, n_rows, d),
           "nearest_rows must return true for n_nearest 0: there is nothing to do.");
    expect(is_untouched(nearest) && is_untouched(cosines),
           "nearest_rows wrote something although n_nearest is 0.");
}

Test(nearest_rows, accepts_nothing)
{
    try_random_nearest(2, 5, 3);
    try_no_neighbours(3, 5, 3);
    try_no_neighbours(0, 1, 3);
    judge_remark("With rows of no numbers all cosines are 0.");
    for (size_t row = 0; row < 4; row++)
        try_nearest(&(struct table){normals(1), 4, 0}, row, 3);
    try_random_nearest(2, 5, 3);
    judge_passed();
}

Test(nearest_rows, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_nearest(3, 7, 5);
        try_random_nearest(6, 7, 1 + 2);
    }
    judge_passed();
}

// ---- 7.2 center_rows -----------------------------------------------------------------

static double size_or_0(double x)
{
    return isnan(x) ? 0 : fabs(x);
}

// The mean of n numbers in double is off by n 2^-53 of the mean of their sizes (Higham,
// Accuracy and Stability, sec. 4.2); then each result is rounded once.
static void try_center(const float *rows, size_t n_rows, size_t d)
{
    double *wanted = judge_doubles(n_rows * d), *allowed = judge_doubles(n_rows * d);
    double *means = judge_doubles(d), *means_allowed = judge_doubles(d);
    for (size_t i = 0; i < d; i++) {
        double sum = 0, sizes = 0;
        for (size_t v = 0; v < n_rows; v++) {
            sum += (double)rows[v * d + i];
            sizes += size_or_0((double)rows[v * d + i]);
        }
        const double off = sizes * 0x1p-52 + 0x1p-149;
        means[i] = sum / (double)n_rows;
        means_allowed[i] = size_or_0(means[i]) * 0x1.001p-24 + off;
        for (size_t v = 0; v < n_rows; v++) {
            wanted[v * d + i] = (double)rows[v * d + i] - means[i];
            allowed[v * d + i] = size_or_0(wanted[v * d + i]) * 0x1.001p-24 + off;
        }
    }
    fresh_case();
    const float *wte = floats_in(rows, n_rows * d);
    float *out = floats_out(n_rows * d), *mean = floats_out(d);
    expect_accepted(CALL(center_rows, out, mean, wte, n_rows, d), out);
    expect_floats(out, wanted, allowed, n_rows, d);
    expect_floats(mean, means, means_allowed, 1, d);
}

static void try_shifted(size_t n_rows, size_t d)
{
    float *rows = normals(n_rows * d);
    for (size_t i = 0; i < d; i++) {
        const float shift = (float)(3 * random_normal());
        for (size_t v = 0; v < n_rows; v++)
            rows[v * d + i] += shift;
    }
    try_center(rows, n_rows, d);
}

static void try_random_center(size_t n_rows, size_t d)
{
    try_shifted(n_rows, d);
    try_shifted(n_rows, d);
}

Test(center_rows, worked_example)
{
    static const float rows[6] = {1, 10, 3, 20, 8, 0};
    try_random_center(4, 2); // d_model is neither vocab_size nor one less
    try_center(rows, 3, 2);
    try_random_center(3, 2);
    judge_passed();
}

Test(center_rows, random_tables)
{
    try_random_center(9, 5);
    try_random_center(4, 11);
    try_random_center(1, 7);
    try_random_center(30, 1);
    try_random_center(2, 3);
    try_random_center(21, 16); // a mean that is rounded twice is seen in some columns
    float *odd = normals(5 * 3);
    odd[3 * random_between(0, 4) + 1] = NAN;
    try_center(odd, 5, 3);
    float *padded = normals(5 * 3); // a row of zeros is a row
    memset(padded + 3 * random_between(0, 4), 0, 3 * sizeof *padded);
    try_center(padded, 5, 3);
    judge_passed();
}

// Columns far from 0, of small spread: a mean that is rounded to float first is off by as
// much as the numbers differ.
static void try_far_columns(double far, double step)
{
    enum { N = 7, D = 3 };
    float rows[N * D];
    for (size_t k = 0; k < N * D; k++)
        rows[k] =
            (float)((k % D == 1 ? -far : far) + step * (double)random_between(0, 9));
    try_center(rows, N, D);
}

Test(center_rows, far_from_zero)
{
    try_random_center(7, 3);
    judge_remark("Subtract the mean while it still is a double, and round once.");
    try_far_columns(1e8, 8);
    try_far_columns(16777216, 2);
    try_far_columns(1e20, 1e13);
    judge_passed();
}

// Sums that only a double holds: large numbers that cancel, small ones beside them, many
// equal ones, the largest and the smallest floats.
static void try_cancelling_columns(size_t n_rows)
{
    float *rows = judge_floats(n_rows * 2);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t i = 0; i < 2; i++)
            rows[v * 2 + i] = (float)random_between(1, 9) / 8;
    rows[0] = rows[3] = 1e8f;
    rows[2 * (n_rows - 1)] = rows[2 * (n_rows - 1) + 1] = -1e8f;
    try_center(rows, n_rows, 2);
}

Test(center_rows, sums_in_double)
{
    static const double scales[] = {1e-40, 1e-30, 1e30, 3e37};
    float *tenths = judge_floats(40000);
    for (size_t v = 0; v < 40000; v++)
        tenths[v] = 0.1f * (float)random_between(9, 11);
    judge_remark("A float has 24 bits, and ends at 3.4e38: sum in double.");
    try_center(tenths, 40000, 1);
    try_cancelling_columns(5);
    try_cancelling_columns(33);
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        try_center(scaled(normals(40), 40, scales[s]), 20, 2);
    judge_passed();
}

Test(center_rows, large_sizes)
{
    try_shifted(601, 67);
    try_shifted(70001, 2);
    try_shifted(2, 100003);
    judge_passed();
}

static void try_no_columns(size_t n_rows)
{
    fresh_case();
    const float *wte = floats_in(normals(4), 4);
    float *out = floats_out(4), *mean = floats_out(4);
    expect(
        CALL(center_rows, out, mean, wte, n_rows, 0),
        "center_rows must return true for rows of no numbers: there is nothing to do.");
    expect(is_untouched(out) && is_untouched(mean),
           "center_rows wrote something although d_model is 0.");
}

Test(center_rows, accepts_no_columns)
{
    try_random_center(4, 3);
    try_no_columns(3);
    try_no_columns(1);
    try_random_center(4, 3);
    judge_passed();
}

static void refuse_no_rows(size_t d)
{
    fresh_case();
    const float *wte = floats_in(normals(d + 1), d + 1);
    float *out = floats_out(d + 1), *mean = floats_out(d + 1);
    expect_refused(CALL(center_rows, out, mean, wte, 0, d), out, "vocab_size is 0");
    expect(is_untouched(mean), "center_rows wrote to mean although there are no rows.");
}

Test(center_rows, refuses_no_rows)
{
    try_random_center(4, 3);
    refuse_no_rows(3);
    try_random_center(4, 3);
    refuse_no_rows(1031);
    refuse_no_rows(0);
    try_random_center(4, 3);
    judge_passed();
}

Test(center_rows, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_center(7, 5);
        try_random_center(5, 7);
    }
    judge_passed();
}

// ---- 7.3 principal_components --------------------------------------------------------

struct task {
    const float *rows, *begin;
    size_t n_components, n_steps, n_rows, d;
};

// The wanted components and variances, and how far off each component may be as a vector.
struct outcome {
    double *u, *variances, *off;
    double trace; // no direction has more variance than this
};

static double dot_doubles(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// room = mean of (row . u) row; returns the mean of (row . u)^2
static double push_through(double *room, const double *u, const struct task *t)
{
    double square = 0;
    for (size_t i = 0; i < t->d; i++)
        room[i] = 0;
    for (size_t v = 0; v < t->n_rows; v++) {
        double p = 0;
        for (size_t i = 0; i < t->d; i++)
            p += (double)t->rows[v * t->d + i] * u[i];
        const double part = p / (double)t->n_rows;
        for (size_t i = 0; i < t->d; i++)
            room[i] += part * (double)t->rows[v * t->d + i];
        square += p * part;
    }
    return square;
}

// One round. An error of u is multiplied by at most trace / length (the mean of the squares
// of all rows is the largest factor there is); errors of earlier components come in with the
// part that is taken off; keeping u as float adds 2^-24 of it.
static void do_round(struct outcome *o, size_t k, double *room, const struct task *t,
                     bool is_first)
{
    double *u = o->u + k * t->d, earlier = 0;
    push_through(room, u, t);
    for (size_t e = 0; e < k; e++) {
        const double part = dot_doubles(room, o->u + e * t->d, t->d);
        for (size_t i = 0; i < t->d; i++)
            room[i] -= part * o->u[e * t->d + i];
        earlier += 3 * o->off[e];
    }
    const double length = sqrt(dot_doubles(room, room, t->d));
    const double begin = is_first ? sqrt(dot_doubles(u, u, t->d)) : 1;
    if (length > 0)
        o->off[k] =
            (o->off[k] + begin * (earlier + 0x1p-50)) * o->trace / length + 0x1p-23;
    for (size_t i = 0; i < t->d; i++)
        u[i] = length > 0 ? room[i] / length : 0;
}

static struct outcome right_components(const struct task *t)
{
    struct outcome o = {as_doubles(t->begin, t->n_components * t->d),
                        judge_doubles(t->n_components), judge_doubles(t->n_components),
                        0};
    double *room = judge_doubles(t->d);
    o.trace = dot_product(t->rows, t->rows, t->n_rows * t->d) / (double)t->n_rows;
    for (size_t k = 0; k < t->n_components; k++) {
        for (size_t step = 0; step < t->n_steps; step++)
            do_round(&o, k, room, t, step == 0);
        o.variances[k] = push_through(room, o.u + k * t->d, t);
    }
    return o;
}

// off: how far each component may be off, where it is known better; else 0
static void try_task_with(const struct task *t, const struct outcome *o, double off)
{
    const size_t n = t->n_components * t->d;
    double *allowed = judge_doubles(n), *of_variances = judge_doubles(t->n_components);
    for (size_t k = 0; k < t->n_components; k++) {
        const double of_u = off > 0 ? off : 2 * o->off[k];
        for (size_t i = 0; i < t->d; i++)
            allowed[k * t->d + i] = of_u;
        of_variances[k] = 2 * of_u * sqrt(o->trace * o->variances[k]) +
                          o->variances[k] * 0x1p-22 + of_u * of_u * o->trace + 0x1p-149;
    }
    fresh_case();
    const float *wte = floats_in(t->rows, t->n_rows * t->d);
    float *components = floats_inout(t->begin, n);
    float *variances = floats_out(t->n_components);
    double *room = doubles_out(t->d);
    judge_room(room, 0);
    expect_accepted(CALL(principal_components, components, variances, room, wte,
                         t->n_components, t->n_steps, t->n_rows, t->d),
                    components);
    expect_floats(components, o->u, allowed, t->n_components, t->d);
    expect_floats(variances, o->variances, of_variances, 1, t->n_components);
}

static void try_task(const struct task *t, double off)
{
    const struct outcome o = right_components(t);
    try_task_with(t, &o, off);
}

// Column i spreads 0.6^i as far as column 0: a few rounds lose no digits, and all columns
// are mixed by adding a little of the next.
static float *spread_rows(size_t n_rows, size_t d)
{
    float *rows = normals(n_rows * d), by[7];
    for (size_t i = 0; i < 7; i++)
        by[i] = (float)pow(0.6, (double)i);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t i = 0; i < d; i++)
            rows[v * d + i] *= by[i % 7];
    for (size_t v = 0; v < n_rows; v++)
        for (size_t i = 0; i + 1 < d; i++)
            rows[v * d + i] += 0.3f * rows[v * d + i + 1];
    return rows;
}

// A task whose bound leaves digits to compare.
static void try_drawn_task(size_t n_components, size_t n_steps, size_t n_rows, size_t d)
{
    struct task t = {NULL, NULL, n_components, n_steps, n_rows, d};
    struct outcome o;
    double worst;
    do {
        t.rows = spread_rows(n_rows, d);
        t.begin = normals(n_components * d);
        o = right_components(&t);
        worst = 0;
        for (size_t e = 0; e < n_components; e++)
            worst = fmax(worst, o.off[e]);
    } while (worst > 3e-4);
    try_task_with(&t, &o, 0);
}

static void try_random_task(size_t n_components, size_t n_steps, size_t n_rows, size_t d)
{
    try_drawn_task(n_components, n_steps, n_rows, d);
    try_drawn_task(n_components, n_steps, n_rows, d);
}

static const float cross_rows[8] = {3, 0, -3, 0, 0, 1, 0, -1};

Test(principal_components, worked_example)
{
    static const float begin[4] = {1, 1, 0, 1};
    try_random_task(2, 1, 6, 2);
    try_task(&(struct task){cross_rows, begin, 2, 1, 4, 2}, 0);
    try_task(&(struct task){cross_rows, begin, 1, 3, 4, 2}, 0);
    try_random_task(2, 2, 4, 2);
    judge_passed();
}

Test(principal_components, random_tables)
{
    try_random_task(1, 1, 9, 5);
    try_random_task(1, 4, 12, 3);
    try_random_task(2, 2, 20, 4);
    try_random_task(3, 1, 7, 6);
    try_random_task(2, 3, 30, 3);
    try_random_task(1, 2, 1, 4);
    try_random_task(1, 3, 11, 1);
    judge_passed();
}

// Rows along d axes that stand at right angles, each of them 4 times as far in the variance
// as the next: 60 rounds leave (1/4)^60 of where they began. Here u converges, so rounding it
// to float each time adds up to no more than 4/3 of once, and the error of an earlier
// component to a few times itself.
static void try_converging(size_t d, size_t n_components)
{
    float *rows = judge_floats(2 * d * d), *begin = normals(n_components * d);
    const double turn = random_normal();
    const size_t a = random_between(0, d - 1), b = (a + 1) % d;
    for (size_t v = 0; v < 2 * d; v++) {
        const double reach = (v % 2 ? -8 : 8) * pow(0.5, (double)(v / 2));
        rows[v * d + v / 2] = (float)reach;
        const double x = (double)rows[v * d + a], y = (double)rows[v * d + b];
        rows[v * d + a] = (float)(cos(turn) * x - sin(turn) * y);
        rows[v * d + b] = (float)(sin(turn) * x + cos(turn) * y);
    }
    for (size_t k = 0; k < n_components; k++)
        for (size_t i = 0; i < d; i++)
            begin[k * d + i] += begin[k * d + i] > 0 ? 0.2f : -0.2f;
    try_task(&(struct task){rows, begin, n_components, 60, 2 * d, d}, 3e-6);
}

Test(principal_components, converges)
{
    try_random_task(1, 2, 9, 3);
    try_converging(2, 1);
    try_converging(3, 2);
    try_converging(4, 4);
    judge_passed();
}

// The vectors to begin with may have any length, and decide the sign.
Test(principal_components, begins_as_told)
{
    try_random_task(2, 1, 9, 4);
    for (int draw = 0; draw < 3; draw++) {
        const float *rows = spread_rows(10, 3), *begin = normals(6);
        const double sizes[] = {1e-6, 1e6, -1, -1e-3, 1e-20};
        for (size_t k = 0; k < 5; k++)
            try_task(&(struct task){rows, scaled(begin, 6, sizes[k]), 1, 1, 10, 3}, 0);
    }
    // from zeros nothing is found
    try_task(&(struct task){spread_rows(10, 3), judge_floats(3), 1, 2, 10, 3}, 0);
    judge_passed();
}

// Nothing to find: a table of zeros; and rows that all lie along one axis, for the second.
static void try_nothing_left(size_t n_rows, size_t d)
{
    float *rows = judge_floats(n_rows * d), *begin = normals(2 * d);
    try_task(&(struct task){rows, begin, 2, 3, n_rows, d}, 0);
    for (size_t v = 0; v < n_rows; v++)
        rows[v * d + d - 1] = (float)(1 + v % 3) * (v % 2 ? -1 : 1);
    try_task(&(struct task){rows, begin, 2, 2, n_rows, d}, 0x1p-23);
}

Test(principal_components, nothing_left)
{
    try_random_task(1, 2, 5, 3);
    judge_remark("If the length is 0, u becomes zeros, and its variance is 0.");
    try_nothing_left(5, 3);
    try_nothing_left(4, 2);
    try_task(&(struct task){judge_floats(4), normals(12), 3, 2, 1, 4}, 0);
    judge_passed();
}

// Rows that reach only a little along the vector that is begun with: large products cancel,
// whose digits a float does not hold. (Half of the rows have a number more, so that other
// reaches give another direction, and not only now and then another sign.)
static void try_cancelling_reaches(void)
{
    enum { N = 6, D = 5 };
    const float one = (float)random_between(1001, 2000) / 512,
                other = (float)random_between(1001, 2000) / 512;
    const float begin[D] = {one + other, 1, one, other, 0};
    float rows[N * D];
    for (size_t v = 0; v < N; v++) {
        const float size = (float)random_between(90000001, 99999999) * (v % 2 ? -1 : 1);
        rows[v * D] = size;
        rows[v * D + 1] = (float)random_between(1, 9) / 4;
        rows[v * D + 2] = rows[v * D + 3] = -size;
        rows[v * D + 4] = v < N / 2 ? size : 0;
    }
    try_task(&(struct task){rows, begin, 1, 1, N, D}, 0);
}

// One row so long that the square of its reach is no float; the mean of the squares is one.
static void try_long_row(void)
{
    float *rows = scaled(spread_rows(40, 3), 120, 1e17);
    rows[3 * random_between(0, 39)] = 4e19f;
    try_task(&(struct task){rows, normals(3), 1, 1, 40, 3}, 0);
}

// Rows along three axes: what is found is each axis, to the bit, and its variance is right to
// its last digits, however small it is beside the first.
static void try_unlike_axes(void)
{
    enum { D = 3 };
    static const float begin[D * D] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const double reaches[D] = {1, 1e-9, 1e-19};
    float rows[2 * D * D] = {0};
    double u[D * D] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, variances[D], allowed[D];
    for (size_t i = 0; i < D; i++) {
        const float reach = (float)(reaches[i] * (double)random_between(1, 9));
        rows[2 * i * D + i] = reach;
        rows[(2 * i + 1) * D + i] = -reach;
        variances[i] = (double)reach * (double)reach / D;
        allowed[i] = variances[i] * 0x1p-22 + 0x1p-149;
    }
    fresh_case();
    const float *wte = floats_in(rows, 2 * D * D);
    float *components = floats_inout(begin, D * D), *of_each = floats_out(D);
    double *room = doubles_out(D);
    judge_room(room, 0);
    expect_accepted(
        CALL(principal_components, components, of_each, room, wte, D, 2, 2 * D, D),
        components);
    expect_floats(components, u, filled(D * D, 0x1p-22), D, D);
    expect_floats(of_each, variances, allowed, 1, D);
}

Test(principal_components, sums_in_double)
{
    static const double sizes[] = {1e-12, 1e-17, 1e-25, 1e15, 1e-30};
    try_random_task(1, 2, 5, 3);
    judge_remark("room is double, because the squares of small rows are too small for a "
                 "float: compute row . u and all sums in double.");
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_task(&(struct task){scaled(spread_rows(12, 3), 36, sizes[k]), normals(3), 1,
                                1, 12, 3},
                 0);
    try_cancelling_reaches();
    try_long_row();
    try_unlike_axes();
    judge_passed();
}

// Many rows of one size: adding them up in float is off the same way each time.
static void try_level_rows(void)
{
    enum { N = 50021 };
    float *rows = judge_floats(N);
    const float size = 1 + (float)random_between(1, 1000) / 1024, begin[1] = {-3};
    for (size_t v = 0; v < N; v++)
        rows[v] = judge_random() % 2 ? size : -size;
    try_task(&(struct task){rows, begin, 1, 1, N, 1}, 0);
}

// The second axis grows by a hundredth in each round, from next to nothing: u does not seem to
// change for 3,500 rounds, and is another one after 5,000.
static void try_slow_growth(void)
{
    const float reach = 1.005076f, begin[2] = {(float)random_between(1, 4), 1e-18f};
    const float rows[8] = {1, 0, -1, 0, 0, reach, 0, -reach};
    try_task(&(struct task){rows, begin, 1, 5003, 4, 2}, 3e-6);
}

Test(principal_components, large_sizes)
{
    try_drawn_task(1, 1, 5003, 3);
    try_drawn_task(2, 1, 101, 67);
    try_drawn_task(1, 1, 2, 100003);
    try_level_rows();
    try_level_rows();
    try_converging(3, 1);
    try_slow_growth();
    judge_passed();
}

// The first two are found from the start, and the third turns with each round.
static void try_turning_third(void)
{
    enum { D = 4 };
    static const float begin[3 * D] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1};
    const float reaches[D] = {7, 5, 2, (float)random_between(8, 13) / 8};
    float rows[2 * D * D] = {0};
    for (size_t i = 0; i < D; i++) {
        rows[2 * i * D + i] = reaches[i];
        rows[(2 * i + 1) * D + i] = -reaches[i];
    }
    try_task(&(struct task){rows, begin, 3, 2, 2 * D, D}, 0x1p-20);
}

// As many components as there are columns, of more columns than any array of fixed size.
Test(principal_components, many_components)
{
    enum { D = 41 };
    float *rows = judge_floats(D * D), *begin = judge_floats(D * D);
    for (size_t i = 0; i < D; i++) {
        rows[i * D + i] = (float)random_between(1, 9);
        begin[i * D + i] = 1;
        begin[i * D + (i + 1) % D] = i + 1 < D ? 0 : 0.0f;
    }
    try_random_task(3, 1, 8, 3);
    try_task(&(struct task){rows, begin, D, 1, D, D}, 0x1p-20);
    try_turning_third();
    judge_passed();
}

static void refuse_task(size_t n_components, size_t n_steps, size_t n_rows, size_t d,
                        const char *why)
{
    const size_t room_for = (n_components < 9 ? n_components : 9) * (d + 1) + 1;
    fresh_case();
    const float *wte = floats_in(normals((n_rows + 1) * (d + 1)), (n_rows + 1) * (d + 1));
    float *components = floats_inout(normals(room_for), room_for);
    float *variances = floats_out(12);
    double *room = doubles_out(d + 1);
    judge_room(room, 0);
    expect_refused(CALL(principal_components, components, variances, room, wte,
                        n_components, n_steps, n_rows, d),
                   components, why);
    expect(is_untouched(variances),
           "principal_components wrote to variances although %s.", why);
}

Test(principal_components, refuses_bad_sizes)
{
    static const char too_many[] = "n_components is more than d_model";
    try_random_task(3, 1, 5, 3);
    refuse_task(4, 2, 5, 3, too_many);
    try_random_task(3, 1, 5, 3);
    refuse_task(1, 2, 5, 0, too_many);
    refuse_task(2, 0, 5, 3, "n_steps is 0");
    refuse_task(2, 2, 0, 3, "vocab_size is 0");
    refuse_task(0, 0, 5, 3, "n_steps is 0");
    refuse_task(0, 2, 0, 3, "vocab_size is 0");
    refuse_task(0, 0, 5, 0, "n_steps is 0");
    refuse_task(0, 2, 0, 0, "vocab_size is 0");
    refuse_task(4, 0, 0, 3, too_many);
    refuse_task(SIZE_MAX, 2, 5, 3, too_many);
    try_random_task(3, 1, 5, 3);
    judge_passed();
}

static void try_no_components(size_t d)
{
    fresh_case();
    const float *wte = floats_in(normals(5 * d), 5 * d);
    float *components = floats_inout(normals(4), 4), *variances = floats_out(3);
    double *room = doubles_out(d);
    judge_room(room, 0);
    expect(CALL(principal_components, components, variances, room, wte, 0, 2, 5, d),
           "principal_components must return true for no components: there is nothing to "
           "do.");
    expect(is_untouched(components) && is_untouched(variances),
           "principal_components wrote something although n_components is 0.");
}

Test(principal_components, accepts_no_components)
{
    try_random_task(2, 1, 5, 3);
    try_no_components(3);
    try_no_components(0);
    try_random_task(2, 1, 5, 3);
    judge_passed();
}

Test(principal_components, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_task(2, 1, 7, 5);
        try_random_task(2, 2, 5, 3);
    }
    judge_passed();
}

// ---- 7.4 analogy -----------------------------------------------------------------------

enum { MOST_QUERIES = 16 };

struct query {
    uint32_t a, b, c;
    bool exclude;
};

static double *scores_of(const struct table *t, const struct query *q)
{
    double *score = judge_doubles(t->n_rows);
    const float *a = t->rows + q->a * t->d, *b = t->rows + q->b * t->d,
                *c = t->rows + q->c * t->d;
    const double length_a = length_of(a, t->d), length_b = length_of(b, t->d),
                 length_c = length_of(c, t->d);
    for (size_t v = 0; v < t->n_rows; v++) {
        const float *row = t->rows + v * t->d;
        const double length = length_of(row, t->d);
        score[v] = cosine_with(row, length, b, length_b, t->d) -
                   cosine_with(row, length, a, length_a, t->d) +
                   cosine_with(row, length, c, length_c, t->d);
    }
    return score;
}

static bool is_input(const struct query *q, size_t v)
{
    return v == q->a || v == q->b || v == q->c;
}

// The best candidate, or n_rows; *gap: how far the next one is behind that is not equal.
static size_t best_candidate(const struct table *t, const struct query *q,
                             const double *score, double *gap)
{
    size_t best = t->n_rows;
    for (size_t v = 0; v < t->n_rows; v++)
        if (!(q->exclude && is_input(q, v)) &&
            (best == t->n_rows || score[v] > score[best]))
            best = v;
    *gap = INFINITY;
    for (size_t v = 0; v < t->n_rows; v++)
        if (best < t->n_rows && !(q->exclude && is_input(q, v)) && score[v] < score[best])
            *gap = fmin(*gap, score[best] - score[v]);
    return best;
}

static bool ask(uint32_t *answer, const float *wte, const struct table *t,
                const struct query *q)
{
    return CALL(analogy, answer, wte, q->a, q->b, q->c, q->exclude, t->n_rows, t->d);
}

// Several questions to one table, since one answer may be right, or like another mistake's,
// by luck. The first wrong answer is asked for once more, so that it is the one that is shown.
static void try_queries(const struct table *t, const struct query *queries, size_t n)
{
    uint32_t wanted[MOST_QUERIES], *answers[MOST_QUERIES];
    double gap;
    size_t wrong = n;
    for (size_t k = 0; k < n; k++)
        wanted[k] =
            (uint32_t)best_candidate(t, &queries[k], scores_of(t, &queries[k]), &gap);
    fresh_case();
    const float *wte = floats_in(t->rows, t->n_rows * t->d);
    together();
    for (size_t k = 0; k < n; k++)
        ask(answers[k] = ids_out(1), wte, t, &queries[k]);
    together_now();
    for (size_t k = n; k-- > 0;)
        if (returned(k) == 0 || *answers[k] != wanted[k])
            wrong = k;
    if (wrong < n) {
        uint32_t *answer = ids_out(1);
        expect_accepted(ask(answer, wte, t, &queries[wrong]), answer);
        expect_ids(answer, &wanted[wrong], 1);
    }
    for (size_t k = 0; k < n; k++)
        expect_ids(answers[k], &wanted[k], 1);
}

static void try_query(const struct table *t, const struct query *q)
{
    try_queries(t, q, 1);
}

static void try_both_ways(const struct table *t, uint32_t a, uint32_t b, uint32_t c)
{
    const struct query queries[2] = {{a, b, c, true}, {a, b, c, false}};
    try_queries(t, queries, 2);
}

static bool is_clear(const struct table *t, uint32_t a, uint32_t b, uint32_t c)
{
    double with, without;
    const double *score = scores_of(t, &(struct query){a, b, c, false});
    best_candidate(t, &(struct query){a, b, c, true}, score, &without);
    best_candidate(t, &(struct query){a, b, c, false}, score, &with);
    return with > 1e-6 && without > 1e-6;
}

// Questions whose answers are clear, each asked in both ways; returns how many.
static size_t clear_queries(struct query *queries, size_t n, const struct table *t)
{
    size_t found = 0;
    for (int draw = 0; draw < 2000 && found < n; draw++) {
        const uint32_t a = random_ids(1, t->n_rows)[0], b = random_ids(1, t->n_rows)[0],
                       c = random_ids(1, t->n_rows)[0];
        if (a == b || b == c || a == c || !is_clear(t, a, b, c))
            continue;
        queries[found++] = (struct query){a, b, c, true};
        queries[found++] = (struct query){a, b, c, false};
    }
    return found;
}

static void try_drawn_analogy(size_t n_rows, size_t d, size_t n_queries)
{
    struct query queries[MOST_QUERIES];
    float *rows = normals(n_rows * d);
    stretch_rows(rows, n_rows, d);
    const struct table t = {rows, n_rows, d};
    try_queries(&t, queries, clear_queries(queries, n_queries, &t));
}

// Twice the same sizes: another table, and other words.
static void try_random_analogy(size_t n_rows, size_t d)
{
    try_drawn_analogy(n_rows, d, MOST_QUERIES);
    try_drawn_analogy(n_rows, d, MOST_QUERIES);
}

Test(analogy, worked_example)
{
    static const float rows[8] = {1, 0, 4, 3, 3, -4, 24, -7};
    static const float turned[8] = {4, 3, 1, 0, 3, -4, 24, -7}; // row 0 is none of them
    const struct table t = {rows, 4, 2}, toy = {toy_rows, 5, 3};
    try_random_analogy(9, 6);
    try_query(&(struct table){turned, 4, 2}, &(struct query){1, 2, 3, true});
    try_query(&t, &(struct query){0, 2, 3, true});
    try_query(&t, &(struct query){0, 2, 3, false});
    try_both_ways(&t, 0, 1, 2);
    try_both_ways(&toy, MAN, WOMAN, KING);
    try_random_analogy(5, 3);
    judge_passed();
}

// The last row is the best there can be, and the table has whole blocks of rows or numbers.
static void try_last_row(size_t n_rows, size_t d)
{
    static const double signs[3] = {-1, 1, 1};
    float *rows = normals(n_rows * d), *last = rows + (n_rows - 1) * d;
    double lengths[3];
    for (size_t v = 0; v < 3; v++)
        lengths[v] = length_of(rows + v * d, d);
    for (size_t i = 0; i < d; i++) {
        double sum = 0;
        for (size_t v = 0; v < 3; v++)
            sum += signs[v] * (double)rows[v * d + i] / lengths[v];
        last[i] = (float)sum;
    }
    try_both_ways(&(struct table){rows, n_rows, d}, 0, 1, 2);
}

Test(analogy, random_tables)
{
    try_random_analogy(30, 5);
    try_last_row(32, 15);
    try_random_analogy(7, 16);
    try_random_analogy(60, 3);
    try_random_analogy(4, 4);
    judge_passed();
}

// Rows of the same directions and other lengths: the answers stay.
Test(analogy, lengths_do_not_count)
{
    try_random_analogy(12, 4);
    for (int draw = 0; draw < 4; draw++) {
        enum { N = 12, D = 4 };
        float *rows = normals(N * D);
        const uint32_t *long_one = random_ids(3, N);
        for (size_t k = 0; k < 3; k++)
            for (size_t i = 0; i < D; i++)
                rows[long_one[k] * D + i] *= 1000;
        const struct table t = {rows, N, D};
        struct query queries[MOST_QUERIES];
        try_queries(&t, queries, clear_queries(queries, MOST_QUERIES, &t));
    }
    judge_passed();
}

Test(analogy, equal_words)
{
    try_random_analogy(9, 3);
    for (int draw = 0; draw < 3; draw++) {
        const struct table t = {normals(9 * 5), 9, 5};
        const uint32_t a = random_ids(1, 8)[0], other = a + 1;
        try_both_ways(&t, a, a, other);
        try_both_ways(&t, a, other, other);
        try_both_ways(&t, a, other, a);
        try_both_ways(&t, a, a, a);
    }
    judge_remark("Left out are the three ids, and not other rows that hold the same.");
    for (int draw = 0; draw < 6; draw++) {
        float *rows = normals(7 * 3);
        for (size_t v = 3; v < 5; v++)
            memcpy(rows + v * 3, rows + random_between(0, 2) * 3, 3 * sizeof *rows);
        try_both_ways(&(struct table){rows, 7, 3}, 0, 1, 2);
    }
    judge_passed();
}

Test(analogy, ties)
{
    try_random_analogy(9, 4);
    for (int draw = 0; draw < 6; draw++) {
        const size_t d = draw % 2 ? 16 : 4, n = draw < 4 ? 12 : 131;
        const struct table t = {sign_rows(n, d), n, d};
        const uint32_t *ids = random_ids(3, n);
        try_both_ways(&t, ids[0], ids[1], ids[2]);
        try_both_ways(&t, ids[2], ids[0], ids[1]);
    }
    float *twins = sign_rows(12, 4); // a is b, and row 0 is as near to c as c is
    memcpy(twins, twins + 4 * 7, 4 * sizeof *twins);
    const struct table t = {twins, 12, 4};
    try_both_ways(&t, 3, 3, 7);
    judge_passed();
}

// Candidates that score below 0, all of them, or that are zeros.
static void try_low_scores(bool with_zeros)
{
    enum { N = 8, D = 4 };
    float *rows = sign_rows(N, D);
    for (size_t v = 0; v < 3; v++) // a, b, c: b and c alike, a the contrary
        for (size_t i = 0; i < D; i++)
            rows[v * D + i] = v == 0 ? -1 : 1;
    for (size_t v = 3; v < N; v++)
        for (size_t i = 0; i < D; i++)
            rows[v * D + i] = -fabsf(rows[v * D + i]) * (i == v % D ? -1 : 1);
    if (with_zeros)
        memset(rows + random_between(3, N - 1) * D, 0, D * sizeof *rows);
    try_both_ways(&(struct table){rows, N, D}, 0, 1, 2);
    try_both_ways(&(struct table){rows, N, D}, 0, 2, 1);
}

Test(analogy, low_scores)
{
    try_random_analogy(9, 4);
    for (int draw = 0; draw < 3; draw++)
        try_low_scores(false);
    const float least[] = {2, -3, -1, (float)random_between(1, 9)}; // its score is -3
    try_query(&(struct table){least, 4, 1}, &(struct query){0, 1, 2, true});
    judge_remark("In rows of no numbers all scores are 0.");
    try_both_ways(&(struct table){least, 4, 0}, 0, 1, 2);
    judge_passed();
}

// Zeros as candidates, and as words of the question.
Test(analogy, zero_rows)
{
    try_random_analogy(9, 4);
    judge_remark("A row of zeros has the cosine 0 with every row.");
    for (int draw = 0; draw < 3; draw++) {
        try_low_scores(true);
        float *rows = sign_rows(9, 4);
        const size_t zero = random_between(0, 2);
        memset(rows + zero * 4, 0, 4 * sizeof *rows);
        try_both_ways(&(struct table){rows, 9, 4}, 0, 1, 2);
        try_both_ways(&(struct table){late_rows(8, 9), 8, 9}, 0, 1, 2);
    }
    judge_passed();
}

// Rows of any size, and scores that a float cannot tell apart.
static void try_close_scores(void)
{
    enum { N = 8, D = 2 };
    float rows[N * D] = {0, 1, 0, 1, 1, 0};
    for (size_t v = 3; v < N; v++) {
        rows[v * D] = 1;
        rows[v * D + 1] = (float)(1e-5 * (double)(2 + (v * random_between(1, 9)) % 11));
    }
    rows[(4 + random_between(0, 3)) * D + 1] = 1e-5f;
    try_both_ways(&(struct table){rows, N, D}, 0, 1, 2);
}

// Scores that differ by less than any limit, or by less than the rounding of row b to float.
static void try_level_scores(void)
{
    static const float tiny[5 * 2] = {0, 0, 1, 0, 0, 1, 1e-30f, 1, 1e-35f, 1};
    static const float mirrored[2][4 * 2] = {
        {0, 0, 236, 233, 1, 0, 1406.999755859375f, 109976},
        {0, 0, 334, 331, 1, 0, 1995.000244140625f, 221108}};
    const struct query nearest_to_1 = {0, 1, 0, true};
    try_query(&(struct table){tiny, 5, 2}, &nearest_to_1);
    try_query(&(struct table){mirrored[0], 4, 2}, &nearest_to_1);
    try_query(&(struct table){mirrored[1], 4, 2}, &nearest_to_1);
}

Test(analogy, sums_in_double)
{
    static const double sizes[6] = {1e-30, 1e30, 1e-42, 1, 1e-20, 1e37};
    try_random_analogy(9, 4);
    judge_remark(
        "A float has 24 bits, and ends at 3.4e38 and 1.4e-45: compute and compare "
        "the scores in double.");
    const struct table small = {scaled(normals(36), 36, 1e-10), 9, 4};
    struct query queries[MOST_QUERIES];
    try_queries(&small, queries, clear_queries(queries, MOST_QUERIES, &small));
    try_level_scores();
    for (int draw = 0; draw < 3; draw++) {
        float *rows = normals(9 * 3);
        for (size_t k = 0; k < 27; k++)
            rows[k] = (float)((double)rows[k] * sizes[k / 3 % 6] / 8);
        const struct table t = {rows, 9, 3};
        for (uint32_t a = 0; a < 3; a++)
            if (is_clear(&t, a, a + 1, a + 3))
                try_both_ways(&t, a, a + 1, a + 3);
        try_close_scores();
    }
    judge_passed();
}

// All rows are zeros but four: the words, which are beyond 65,536, and the answer. Those of
// a and b have `sign`, that of c is above 0.
static void try_far_words(size_t n_rows, float sign)
{
    fresh_case();
    const uint32_t ids[3] = {(uint32_t)random_between(66000, 66999), (uint32_t)n_rows - 1,
                             (uint32_t)random_between(67000, 67999)};
    const uint32_t wanted = (uint32_t)random_between(68000, n_rows - 1000);
    float *wte = sparse_floats_in(n_rows);
    wte[ids[0]] = sign;
    wte[ids[1]] = 2 * sign;
    wte[ids[2]] = 3;
    wte[wanted] = (float)random_between(1, 9);
    judge_seal(wte);
    uint32_t *answer = ids_out(1);
    expect_accepted(CALL(analogy, answer, wte, ids[0], ids[1], ids[2], true, n_rows, 1),
                    answer);
    expect_ids(answer, &wanted, 1);
}

Test(analogy, large_sizes)
{
    try_drawn_analogy(5003, 7, 4);
    try_drawn_analogy(5, 5003, 8);
    try_drawn_analogy(601, 67, 4);
    try_far_words(2200003, 1); // if b or c is another row, rows of zeros are level
    try_far_words(70001, -1);  // so they are if a is
    judge_passed();
}

static void refuse_words(uint32_t a, uint32_t b, uint32_t c, bool exclude, size_t n_rows,
                         size_t d, const char *why)
{
    fresh_case();
    const float *wte = floats_in(normals((n_rows + 3) * d), (n_rows + 3) * d);
    uint32_t *answer = ids_out(2);
    expect_refused(CALL(analogy, answer, wte, a, b, c, exclude, n_rows, d), answer, why);
}

static void refuse_query(uint32_t a, uint32_t b, uint32_t c, bool exclude, size_t n_rows,
                         const char *why)
{
    refuse_words(a, b, c, exclude, n_rows, 3, why);
}

Test(analogy, refuses_bad_ids)
{
    try_random_analogy(7, 3);
    for (int exclude = 0; exclude < 2; exclude++) {
        refuse_query(7, 1, 2, exclude, 7, "a is vocab_size");
        refuse_query(1, 7, 2, exclude, 7, "b is vocab_size");
        refuse_query(1, 8, 2, exclude, 7, "b is not below vocab_size");
        refuse_query(1, 2, 7, exclude, 7, "c is vocab_size");
        refuse_query(0x80000000u, 1, 2, exclude, 7, "a is 2147483648");
        refuse_query(0, UINT32_MAX, 2, exclude, 7, "b is 4294967295");
        refuse_query(0, 1, UINT32_MAX, exclude, 7, "c is 4294967295");
        refuse_query(9, 9, 9, exclude, 7, "a, b and c are not below vocab_size");
        refuse_query(0, 0, 0, exclude, 0, "vocab_size is 0");
        refuse_query(1, 2, 1003, exclude, 1003, "c is vocab_size");
        refuse_words(1, 2, 7, exclude, 7, 0, "c is vocab_size"); // rows of no numbers
        try_random_analogy(7, 3);
    }
    judge_passed();
}

Test(analogy, refuses_no_candidate)
{
    static const char none[] = "all rows are words of the question, and excluded";
    try_random_analogy(5, 3);
    refuse_query(2, 0, 1, true, 3, none);
    refuse_query(0, 1, 2, true, 3, none);
    refuse_query(0, 1, 0, true, 2, none);
    refuse_query(1, 0, 0, true, 2, none);
    refuse_query(0, 0, 0, true, 1, none);
    for (int draw = 0; draw < 2; draw++) {
        try_query(&(struct table){normals(9), 3, 3}, &(struct query){0, 1, 2, false});
        try_query(&(struct table){normals(9), 3, 3}, &(struct query){1, 2, 1, true});
        try_query(&(struct table){normals(6), 2, 3}, &(struct query){1, 1, 1, true});
        try_query(&(struct table){normals(3), 1, 3}, &(struct query){0, 0, 0, false});
    }
    judge_passed();
}

Test(analogy, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_analogy(7, 5);
    }
    judge_passed();
}

// ---- 7.5 rotate_rows -------------------------------------------------------------------

// Rows of length 1 at right angles to each other, one after the other made from draws;
// twice, because once rounds.
static float *rotation_of(size_t d)
{
    double *u = judge_doubles(d * d);
    float *rotation = judge_floats(d * d);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++)
            u[i * d + j] = random_normal();
        for (size_t k = 0; k < 2 * i; k++) {
            const double part = dot_doubles(u + i * d, u + k % i * d, d);
            for (size_t j = 0; j < d; j++)
                u[i * d + j] -= part * u[k % i * d + j];
        }
        const double length = sqrt(dot_doubles(u + i * d, u + i * d, d));
        for (size_t j = 0; j < d; j++)
            u[i * d + j] /= length;
    }
    for (size_t k = 0; k < d * d; k++)
        rotation[k] = (float)u[k];
    return rotation;
}

// A sum of d products in double, rounded once to float.
static void try_rotate(const float *rows, const float *matrix, size_t n_rows, size_t d)
{
    double *wanted = judge_doubles(n_rows * d), *allowed = judge_doubles(n_rows * d);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t j = 0; j < d; j++) {
            double sum = 0, sizes = 0;
            for (size_t i = 0; i < d; i++) {
                const double term = (double)rows[v * d + i] * (double)matrix[i * d + j];
                sum += term;
                sizes += fabs(term);
            }
            wanted[v * d + j] = sum;
            if (isfinite(sizes))
                allowed[v * d + j] =
                    fabs(sum) * 0x1p-23 + sizes * (double)d * 0x1p-52 + 0x1p-149;
        }
    fresh_case();
    const float *wte = floats_in(rows, n_rows * d), *rotation = floats_in(matrix, d * d);
    float *out = floats_out(n_rows * d);
    expect_accepted(CALL(rotate_rows, out, wte, rotation, n_rows, d), out);
    expect_floats(out, wanted, allowed, n_rows, d);
}

static void try_random_rotate(size_t n_rows, size_t d)
{
    try_rotate(normals(n_rows * d), rotation_of(d), n_rows, d);
    try_rotate(normals(n_rows * d), rotation_of(d), n_rows, d);
}

Test(rotate_rows, worked_example)
{
    static const float matrix[4] = {0.6f, 0.8f, -0.8f, 0.6f}, row[2] = {5, 10};
    try_random_rotate(3, 2);
    try_rotate(row, matrix, 1, 2);
    try_rotate(normals(8), matrix, 4, 2);
    judge_passed();
}

Test(rotate_rows, random_rotations)
{
    try_random_rotate(9, 5);
    try_random_rotate(4, 16);
    try_random_rotate(3, 15);
    try_random_rotate(1, 3);
    try_random_rotate(20, 2);
    const float mirror[1] = {-1}, other_mirror[4] = {0.6f, 0.8f, 0.8f, -0.6f};
    try_rotate(normals(3), mirror, 3, 1);
    try_rotate(normals(1), mirror, 1, 1);
    try_rotate(normals(6), other_mirror, 3, 2);
    float *odd = normals(5 * 2); // a NaN of a row is in all its numbers
    odd[random_between(0, 9)] = NAN;
    try_rotate(odd, other_mirror, 5, 2);
    judge_passed();
}

// The square of the first row's length is 1 + sign (0.001 + beyond) to 1e-9; its second number
// is what a float of the first cannot say, and the other row stands at a right angle.
static void just_off(float *matrix, int sign, double beyond)
{
    const double square = 1 + sign * (0.001 + beyond);
    const float x = (float)(sqrt(square) - 2e-7 * (double)random_between(1, 5));
    matrix[0] = x;
    matrix[1] = (float)sqrt(square - (double)x * (double)x);
    matrix[2] = -matrix[1];
    matrix[3] = 1;
}

// Exchanged axes, mirrors, and matrices that are off by less than counts.
Test(rotate_rows, accepts_nearly)
{
    enum { D = 6 };
    try_random_rotate(5, D);
    for (int draw = 0; draw < 4; draw++) {
        float *matrix = rotation_of(D);
        const size_t row = random_between(0, D - 1), other = (row + 1) % D;
        for (size_t j = 0; j < D; j++) {
            if (draw % 2 == 0)
                matrix[row * D + j] *= -1;
            matrix[row * D + j] *= draw < 2 ? 1.0003f : 0.9997f;
            matrix[other * D + j] += 0.0004f * matrix[row * D + j];
        }
        try_rotate(normals(5 * D), matrix, 5, D);
        if (draw < 2)
            continue;
        float *edge = rotation_of(D); // nearly as far off as may be
        for (size_t j = 0; j < D; j++)
            edge[row * D + j] +=
                (draw == 2 ? 0.000999f : -0.000999f) * edge[other * D + j];
        try_rotate(normals(5 * D), edge, 5, D);
    }
    const float slight[4] = {1, 5e-4f, -5e-4f, 1}, hardly[4] = {1, 1e-12f, 1e-30f, 1};
    try_rotate(normals(6), slight, 3, 2);
    const float along[4] = {(float)random_between(1, 9), 0, 0,
                            (float)random_between(1, 9)};
    try_rotate(along, hardly, 2, 2);
    float *near = judge_floats(4);
    for (int sign = -1; sign < 2; sign += 2) { // within by a hundred-millionth
        just_off(near, sign, -1e-8);
        try_rotate(normals(6), near, 3, 2);
    }
    float exchange[D * D] = {0};
    const size_t shift = random_between(1, D - 1);
    for (size_t i = 0; i < D; i++)
        exchange[i * D + (i + shift) % D] = i % 2 ? -1 : 1;
    try_rotate(normals(5 * D), exchange, 5, D);
    judge_passed();
}

// Large numbers that cancel, and rows of any size.
Test(rotate_rows, sums_in_double)
{
    static const double sizes[] = {1e-40, 1e-30, 1e30, 1e37};
    float matrix[16], rows[5 * 4];
    try_random_rotate(3, 4);
    judge_remark("A float has 24 bits: compute the sums in double.");
    for (size_t k = 0; k < 16; k++) // rows of 1/2 and -1/2
        matrix[k] = (k / 4 == 0 || k % 4 == 0 || k / 4 == k % 4) ? 0.5f : -0.5f;
    for (size_t v = 0; v < 5; v++) {
        rows[v * 4] = 1e8f;
        rows[v * 4 + 1] = (float)random_between(1, 9) / 4;
        rows[v * 4 + 2] = (float)random_between(1, 9) / 4;
        rows[v * 4 + 3] = -1e8f;
    }
    try_rotate(rows, matrix, 5, 4);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_rotate(scaled(normals(20), 20, sizes[k]), rotation_of(4), 5, 4);
    float most[8] = {0}; // as large as a float can be, and alone in its row
    most[random_between(0, 3)] = most[random_between(4, 7)] = -FLT_MAX;
    try_rotate(most, rotation_of(4), 2, 4);
    judge_passed();
}

// A large rotation is cheap to make of turns in pairs of axes, or of exchanged axes.
static float *wide_rotation(size_t d)
{
    float *matrix = judge_floats(d * d);
    const size_t shift = random_between(1, d - 2);
    for (size_t i = 0; i + 1 < d; i += 2) {
        const double turn = random_normal();
        const size_t a = (i + shift) % d, b = (i + 1 + shift) % d;
        matrix[i * d + a] = matrix[(i + 1) * d + b] = (float)cos(turn);
        matrix[i * d + b] = (float)sin(turn);
        matrix[(i + 1) * d + a] = -(float)sin(turn);
    }
    if (d % 2)
        matrix[(d - 1) * d + (d - 1 + shift) % d] = 1;
    return matrix;
}

Test(rotate_rows, large_sizes)
{
    float *many = judge_floats(65551 * 2); // one row after the other, and the last ones
    for (size_t k = 0; k < 65551 * 2; k++)
        many[k] = (float)(judge_random() >> 8);
    try_rotate(many, (const float[]){0.6f, 0.8f, -0.8f, 0.6f}, 65551, 2);
    try_rotate(normals(67 * 41), rotation_of(41), 67, 41);
    try_rotate(normals(3 * 263), wide_rotation(263), 3, 263);
    judge_passed();
}

static void refuse_matrix(const float *matrix, size_t d, const char *why)
{
    const size_t n_rows = 3;
    fresh_case();
    const float *wte = floats_in(normals(n_rows * d), n_rows * d);
    const float *rotation = floats_in(matrix, d * d);
    float *out = floats_out(n_rows * d);
    expect_refused(CALL(rotate_rows, out, wte, rotation, n_rows, d), out, why);
}

// A rotation of which one row has another length.
static void refuse_length(size_t d, size_t row, float length)
{
    float *matrix = rotation_of(d);
    for (size_t j = 0; j < d; j++)
        matrix[row * d + j] *= length;
    refuse_matrix(matrix, d, "a row of the matrix does not have length 1");
}

// A rotation of which one row leans to another; its length stays 1.
static void refuse_lean(size_t d, size_t row, size_t other, double lean)
{
    float *matrix = rotation_of(d);
    for (size_t j = 0; j < d; j++)
        matrix[row * d + j] =
            (float)(sqrt(1 - lean * lean) * (double)matrix[row * d + j] +
                    lean * (double)matrix[other * d + j]);
    refuse_matrix(matrix, d, "two rows of the matrix are not at a right angle");
}

// Its first row has the square 1.0009995 and 24 more of 4e-8 each, which a float would lose.
static void refuse_small_squares(void)
{
    enum { D = 25 };
    float *matrix = judge_floats(D * D);
    for (size_t i = 0; i < D; i++) {
        matrix[i] = 2e-4f;
        matrix[i * D + i] = 1;
    }
    matrix[0] = 1.0004996f;
    refuse_matrix(matrix, D, "a row of the matrix does not have length 1");
}

// Large faults first, and each in a place of its own, so that what is not checked shows.
Test(rotate_rows, refuses_other_matrices)
{
    static const float shear[4] = {1, 0, 0.5f, 0.8660254f}, half[1] = {0.5f};
    try_random_rotate(3, 6);
    refuse_matrix(normals(16), 4, "the matrix is not a rotation");
    refuse_length(6, 0, 2);
    refuse_lean(6, 1, 0, 0.5);
    refuse_lean(6, 0, 5, 0.5);
    refuse_lean(6, 3, 0, -0.5);
    refuse_lean(6, 4, 3, 0.5);
    refuse_length(6, 5, 0);
    refuse_length(6, 3, 0.5f);
    refuse_length(6, 5, 0.9993f);
    refuse_length(6, 0, 1.0007f);
    refuse_lean(6, 3, 5, 0.0013);
    refuse_lean(6, 5, 0, -0.0013);
    refuse_lean(6, 2, 4, 0.001001); // just too far off
    refuse_lean(6, 1, 2, -0.001001);
    refuse_small_squares();
    float *edge = judge_floats(4);
    for (int sign = -1; sign < 2; sign += 2) {
        just_off(edge, sign, 1e-8);
        refuse_matrix(edge, 2, "the square of a row's length is off by 0.00100001");
    }
    refuse_lean(16, 15, 3, 0.1);
    refuse_lean(67, 66, 3, 0.01);
    refuse_lean(2, 1, 0, 0.1);
    refuse_matrix(shear, 2, "two rows of the matrix are not at a right angle");
    refuse_matrix(half, 1, "a row of the matrix does not have length 1");
    try_random_rotate(3, 6);
    judge_passed();
}

Test(rotate_rows, refuses_nan)
{
    static const float bad[3] = {NAN, INFINITY, -INFINITY};
    enum { D = 5 };
    try_random_rotate(3, D);
    judge_remark(
        "A comparison with a NaN is false: ask what must hold, not what must not.");
    for (size_t k = 0; k < 3; k++) {
        const size_t places[3] = {0, random_between(1, D * D - 2), D * D - 1};
        for (size_t p = 0; p < 3; p++) {
            float *matrix = rotation_of(D);
            matrix[places[p]] = bad[k];
            refuse_matrix(matrix, D, "the matrix holds a NaN or an infinity");
        }
        refuse_matrix(&bad[k], 1, "the only number is a NaN or an infinity");
    }
    try_random_rotate(3, D);
    judge_passed();
}

static void try_nothing_to_turn(size_t n_rows, size_t d)
{
    fresh_case();
    const float *wte = floats_in(normals(4), 4),
                *matrix = floats_in(normals(d * d), d * d);
    float *out = floats_out(4);
    expect(CALL(rotate_rows, out, wte, matrix, n_rows, d),
           "rotate_rows must return true where a size is 0: there is nothing to do, and "
           "nothing is asked of the matrix.");
    expect(is_untouched(out), "rotate_rows wrote to out although a size is 0.");
}

Test(rotate_rows, accepts_nothing)
{
    try_random_rotate(3, 4);
    try_nothing_to_turn(3, 0);
    try_nothing_to_turn(0, 2);
    try_nothing_to_turn(0, 0);
    try_random_rotate(3, 4);
    judge_passed();
}

Test(rotate_rows, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_rotate(7, 5);
        try_random_rotate(2, 3);
    }
    judge_passed();
}
