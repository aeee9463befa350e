// Tests of chapter 1, lookup. A suite is a function, a test one thing that can be wrong.
#include "01_lookup.h"
#include "judge.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
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

// ---- 1.1 one_hot ---------------------------------------------------------------------

static double *wanted_one_hot(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    double *wanted = judge_doubles(n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        wanted[t * vocab_size + ids[t]] = 1;
    return wanted;
}

static void expect_one_hot(const float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    const double ones_in_bytes = 0x1.020202p-125; // the float whose four bytes are all 1
    double *wanted = wanted_one_hot(ids, n_tokens, vocab_size);
    double *transposed = judge_doubles(n), *one_early = judge_doubles(n);
    double *position = judge_doubles(n), *the_id = judge_doubles(n);
    double *exchanged = filled(n, 1), *first_id = judge_doubles(n);
    double *all_bytes = filled(n, ones_in_bytes),
           *bytes_and_one = filled(n, ones_in_bytes);
    double *byte_marks = judge_doubles(n), *none_for_0 = judge_doubles(n);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t at = t * vocab_size + ids[t];
        transposed[ids[t] * n_tokens + t] = 1;
        if (at > 0)
            one_early[at - 1] = 1;
        if (ids[t] > 0)
            none_for_0[at - 1] = 1;
        if (t < vocab_size)
            position[t * vocab_size + t] = 1;
        the_id[at] = ids[t];
        exchanged[at] = 0;
        bytes_and_one[at] = 1;
        byte_marks[at] = ones_in_bytes;
        first_id[t * vocab_size + ids[0]] = 1;
    }
    const struct mistake mistakes[] = {
        {"This is the transpose: out[v][t] for out[t][v]. A row belongs to a token.",
         transposed},
        {"The 1 stands one place early: ids count from 0, so id 3 is the fourth place.",
         one_early},
        {"The 1 stands one place early: ids count from 0, so id 3 is the fourth place.",
         none_for_0},
        {"This marks position t in row t: what marks it is the id, ids[t].", position},
        {"This stores the id itself where a 1 belongs.", the_id},
        {"The roles of 0 and 1 are exchanged.", exchanged},
        {"Every row is that of ids[0]: row t belongs to ids[t].", first_id},
        {"memset fills bytes: a float whose four bytes are 1 is 2.4e-38, not 1.",
         all_bytes},
        {"memset fills bytes: a float whose four bytes are 1 is 2.4e-38, not 1.",
         byte_marks},
        {"memset fills bytes: a float whose four bytes are 1 is 2.4e-38, not 0.",
         bytes_and_one},
        {NULL, NULL},
    };
    expect_floats("out", out, wanted, NULL, n_tokens, vocab_size, mistakes);
}

static void try_one_hot(const uint32_t *values, size_t n_tokens, size_t vocab_size)
{
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *out = floats_out("out", n_tokens * vocab_size);
    judge_case("ids %s, n_tokens %zu, vocab_size %zu", list_ids(values, n_tokens),
               n_tokens, vocab_size);
    expect_accepted(CALL(one_hot, out, ids, n_tokens, vocab_size), out);
    expect_one_hot(out, values, n_tokens, vocab_size);
}

Test(one_hot, worked_example)
{
    const uint32_t ids[] = {2, 0, 3};
    try_one_hot(ids, 3, 5);
    judge_passed();
}

Test(one_hot, random_ids)
{
    const uint32_t only[] = {0, 0, 0};
    for (int draw = 0; draw < 6; draw++) {
        size_t vocab_size = random_between(5, 60), n_tokens = random_between(3, 20);
        n_tokens += n_tokens == vocab_size;
        uint32_t *ids = judge_ids(n_tokens);
        fill_ids(ids, n_tokens, vocab_size);
        ids[random_between(0, 1)] = (uint32_t)vocab_size - 1;
        ids[2] = 0;
        try_one_hot(ids, n_tokens, vocab_size);
    }
    try_one_hot(only, 3, 1);
    uint32_t last = (uint32_t)random_between(2, 30);
    try_one_hot(&last, 1, last + 1u);
    judge_passed();
}

static void refuse_one_hot(const uint32_t *values, size_t n_tokens, size_t vocab_size,
                           const char *why)
{
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    // One row more than asked for, so that a 1 behind the last row is seen as a change.
    float *out = floats_out("out", (n_tokens + 1) * vocab_size);
    judge_case("ids %s, n_tokens %zu, vocab_size %zu", list_ids(values, n_tokens),
               n_tokens, vocab_size);
    expect_refused(CALL(one_hot, out, ids, n_tokens, vocab_size), out, why);
}

Test(one_hot, refuses_bad_ids)
{
    const uint32_t good[] = {4, 0, 6, 4}, first[] = {7, 1, 2}, middle[] = {3, 7, 2};
    const uint32_t last[] = {0, 5, 14}, huge[] = {UINT32_MAX, 1};
    try_one_hot(good, 4, 7);
    refuse_one_hot(first, 3, 7, "ids[0] is 7, and the largest id is vocab_size - 1 = 6");
    refuse_one_hot(middle, 3, 7, "ids[1] is 7, and the largest id is vocab_size - 1 = 6");
    refuse_one_hot(last, 3, 7, "the last id, 14, is not below vocab_size 7");
    refuse_one_hot(huge, 2, 7, "ids[0] is 4294967295, which is not below vocab_size 7");
    judge_passed();
}

Test(one_hot, accepts_no_ids)
{
    const uint32_t good[] = {1, 3, 1}, none[] = {0};
    try_one_hot(good, 3, 4);
    const uint32_t *ids = ids_in("ids", none, 0);
    float *out = floats_out("out", 4);
    judge_case("no ids (n_tokens 0), vocab_size 4");
    if (!CALL(one_hot, out, ids, 0, 4))
        judge_fail(WRONG, "one_hot must return true for no ids: there is nothing wrong, "
                          "and nothing to do.");
    if (!is_untouched(out))
        judge_fail(WRONG, "one_hot wrote to out although there are no ids.");
    judge_passed();
}

Test(one_hot, stays_in_bounds)
{
    const uint32_t ids[] = {8, 0, 4, 8, 2};
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_one_hot(ids, 5, 9);
    }
    judge_passed();
}

// ---- 1.2 matmul and 1.4 linear_forward -----------------------------------------------

// A product of [rows][inner] and [inner][columns] numbers, read with any strides:
// out[r][c] = sum of a[r * a_row + k] b[k * b_inner + c * b_column], k in [first, end).
struct product {
    const float *a, *b;
    size_t rows, inner, columns;
    size_t a_row, b_inner, b_column, first, end;
};

// An element beyond its array makes the whole sum ANYTHING: such a read ends in a crash.
static double term(const struct product *p, size_t r, size_t c, size_t k)
{
    size_t at_a = r * p->a_row + k, at_b = k * p->b_inner + c * p->b_column;
    if (at_a >= p->rows * p->inner || at_b >= p->inner * p->columns)
        return ANYTHING;
    return (double)p->a[at_a] * (double)p->b[at_b];
}

static double *sums(const struct product *p, bool of_sizes)
{
    double *out = judge_doubles(p->rows * p->columns);
    for (size_t r = 0; r < p->rows; r++)
        for (size_t c = 0; c < p->columns; c++) {
            double sum = 0;
            for (size_t k = p->first; k < p->end && sum > ANYTHING; k++) {
                double next = term(p, r, c, k);
                sum = next <= ANYTHING ? ANYTHING : sum + (of_sizes ? fabs(next) : next);
            }
            out[r * p->columns + c] = sum;
        }
    return out;
}

// A sum of n floats in any order is within (n - 1) 2^-24 of the sum of sizes, and each
// product within another 2^-24 (Higham, Accuracy and Stability, sec. 4.2); twice that.
static double *rounding(const struct product *p)
{
    double *allowed = sums(p, true);
    for (size_t i = 0; i < p->rows * p->columns; i++)
        allowed[i] = allowed[i] * (double)(p->inner + 1) * 0x1p-23 + 1e-30;
    return allowed;
}

// The sum that is set to 0 once for the whole matrix, or once a row.
static double *running(const double *values, size_t rows, size_t columns, bool by_row)
{
    double *out = judge_doubles(rows * columns), sum = 0;
    for (size_t i = 0; i < rows * columns; i++) {
        if (by_row && i % columns == 0)
            sum = 0;
        out[i] = sum += values[i];
    }
    return out;
}

static double *in_whole_numbers(const struct product *p)
{
    double *out = judge_doubles(p->rows * p->columns);
    for (size_t r = 0; r < p->rows; r++)
        for (size_t c = 0; c < p->columns; c++)
            for (size_t k = 0; k < p->inner; k++)
                out[r * p->columns + c] =
                    trunc(out[r * p->columns + c] + term(p, r, c, k));
    return out;
}

static double *first_row_repeated(const double *values, size_t rows, size_t columns)
{
    double *out = judge_doubles(rows * columns);
    for (size_t i = 0; i < rows * columns; i++)
        out[i] = values[i % columns];
    return out;
}

static struct product with_range(struct product p, size_t first, size_t end)
{
    p.first = first;
    p.end = end;
    return p;
}

static struct product with_strides(struct product p, size_t a_row, size_t b_inner,
                                   size_t b_column)
{
    p.a_row = a_row;
    p.b_inner = b_inner;
    p.b_column = b_column;
    return p;
}

static void expect_product(const float *out, struct product p, bool is_linear)
{
    const size_t rows = p.rows, inner = p.inner, columns = p.columns;
    const double *wanted = sums(&p, false);
    const struct product last = with_range(p, inner - 1, inner);
    const struct product no_first = with_range(p, 1, inner);
    const struct product no_last = with_range(p, 0, inner - 1);
    const struct product other_b =
        is_linear ? with_strides(p, inner, columns, 1) : with_strides(p, inner, 1, inner);
    const struct product a_apart = with_strides(p, columns, p.b_inner, p.b_column);
    const struct product b_apart =
        is_linear ? with_strides(p, inner, 1, columns) : with_strides(p, inner, inner, 1);
    const struct mistake mistakes[] = {
        {is_linear
             ? "weight is read as [n_in][n_out]; a Linear layer stores [n_out][n_in]."
             : "b is read as [n_cols][n_inner]; it is stored as [n_inner][n_cols].",
         sums(&other_b, false)},
        {"This is the transpose of the result.", transposed(wanted, rows, columns)},
        {"Here stands only the last term of each sum: = where += belongs.",
         sums(&last, false)},
        {"The sum is not reset to 0 for each element.",
         running(wanted, rows, columns, false)},
        {"The sum is not reset to 0 for each element.",
         running(wanted, rows, columns, true)},
        {"The sum is kept in whole numbers (an int?).", in_whole_numbers(&p)},
        {"The first term is missing: the loop starts at 0.", sums(&no_first, false)},
        {"The last term is missing: the loop ends too early.", sums(&no_last, false)},
        {is_linear ? "Every row is that of x[0]." : "Every row is that of a's first row.",
         first_row_repeated(wanted, rows, columns)},
        {is_linear ? "The rows of x are n_in apart, not n_out."
                   : "The rows of a are n_inner apart, not n_cols.",
         sums(&a_apart, false)},
        {is_linear ? "The rows of weight are n_in apart, not n_out."
                   : "The rows of b are n_cols apart, not n_inner.",
         sums(&b_apart, false)},
        {NULL, NULL},
    };
    expect_floats("out", out, wanted, rounding(&p), rows, columns, mistakes);
}

static struct product plain(const float *a, const float *b, size_t rows, size_t inner,
                            size_t columns, bool is_linear)
{
    struct product p = {a, b, rows, inner, columns, inner, columns, 1, 0, inner};
    return is_linear ? with_strides(p, inner, 1, inner) : p;
}

static void try_matmul(const float *left, const float *right, size_t n_rows,
                       size_t n_inner, size_t n_cols)
{
    const float *a = floats_in("a", left, n_rows * n_inner);
    const float *b = floats_in("b", right, n_inner * n_cols);
    float *out = floats_out("out", n_rows * n_cols);
    judge_case("n_rows %zu, n_inner %zu, n_cols %zu", n_rows, n_inner, n_cols);
    expect_accepted(CALL(matmul, out, a, b, n_rows, n_inner, n_cols), out);
    expect_product(out, plain(left, right, n_rows, n_inner, n_cols, false), false);
}

static void try_linear(const float *left, const float *right, size_t n_rows, size_t n_in,
                       size_t n_out)
{
    const float *x = floats_in("x", left, n_rows * n_in);
    const float *weight = floats_in("weight", right, n_in * n_out);
    float *out = floats_out("out", n_rows * n_out);
    judge_case("n_rows %zu, n_in %zu, n_out %zu", n_rows, n_in, n_out);
    expect_accepted(CALL(linear_forward, out, x, weight, n_rows, n_in, n_out), out);
    expect_product(out, plain(left, right, n_rows, n_in, n_out, true), true);
}

typedef void try_product(const float *, const float *, size_t, size_t, size_t);

// Eight shapes of three different sizes each, among them a single row, term and column.
// The first have more terms than columns, the next fewer: so one of two wrong strides
// stays inside its array, and has a name.
static void try_random_shapes(try_product *attempt)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t rows = draw == 5 ? 1 : random_between(2, 13);
        size_t inner = draw == 6 ? 1 : random_between(14, 40);
        size_t columns = draw == 7 ? 1 : random_between(2, 27);
        columns += columns == rows;
        if (columns >= inner && draw < 5)
            inner = columns + 14;
        if (draw == 3 || draw == 4) {
            size_t exchange = inner;
            inner = columns;
            columns = exchange;
        }
        float *left = judge_floats(rows * inner), *right = judge_floats(inner * columns);
        fill_normal(left, rows * inner);
        fill_normal(right, inner * columns);
        attempt(left, right, rows, inner, columns);
    }
}

static void try_both_placements(try_product *attempt)
{
    float left[5 * 7], right[7 * 9];
    fill_normal(left, 5 * 7);
    fill_normal(right, 7 * 9);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        attempt(left, right, 5, 7, 9);
    }
}

static const float small_left[2 * 3] = {1, 2.5f, -3, 4, 0, 2};
static const float small_right[3 * 4] = {1, 0, 2, -1, 3, 1, -2, 5, 0.5f, 2, 1, 4};

// All sizes in turn 0, the arrays large enough for any reading of the others.
#define REFUSES_EMPTY(function, left, right)                                             \
    do {                                                                                 \
        const float *left = floats_in(#left, small_left, 6);                             \
        const float *right = floats_in(#right, small_right, 12);                         \
        for (size_t empty = 0; empty < 3; empty++) {                                     \
            size_t n[3] = {2, 3, 4};                                                     \
            n[empty] = 0;                                                                \
            float *out = floats_out("out", 12);                                          \
            judge_case("sizes %zu, %zu, %zu", n[0], n[1], n[2]);                         \
            expect_refused(CALL(function, out, left, right, n[0], n[1], n[2]), out,      \
                           "a size is 0");                                               \
        }                                                                                \
    } while (0)

Test(matmul, worked_example)
{
    try_matmul(small_left, small_right, 2, 3, 4);
    judge_passed();
}

Test(matmul, random_shapes)
{
    try_random_shapes(try_matmul);
    judge_passed();
}

// What 0 x NaN and 0 x infinity are is this chapter's last section: NaN.
static void poison_row(float poison)
{
    float left[3 * 4] = {0}, right[4 * 2];
    fill_normal(right, 8);
    left[0 * 4 + 3] = left[1 * 4 + 0] = left[2 * 4 + 3] = 1;
    right[1 * 2 + 0] = right[1 * 2 + 1] = poison;
    const float *a = floats_in("a", left, 12), *b = floats_in("b", right, 8);
    float *out = floats_out("out", 6);
    const double *wanted = filled(6, NAN);
    const struct product p = plain(left, right, 3, 4, 2, false);
    double *skipped = judge_doubles(6);
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 2; c++)
            skipped[r * 2 + c] = term(&p, r, c, r == 1 ? 0 : 3);
    const struct mistake mistakes[] = {
        {"Terms with a zero are skipped: 0 x NaN is NaN, and so is 0 x infinity.",
         skipped},
        {NULL, NULL},
    };
    judge_case("n_rows 3, n_inner 4, n_cols 2, rows of a one-hot, a row of b all %g",
               (double)poison);
    expect_accepted(CALL(matmul, out, a, b, 3, 4, 2), out);
    expect_floats("out", out, wanted, NULL, 3, 2, mistakes);
}

Test(matmul, keeps_nan)
{
    poison_row(NAN);
    poison_row(INFINITY);
    judge_passed();
}

Test(matmul, refuses_empty)
{
    try_matmul(small_left, small_right, 2, 3, 4);
    REFUSES_EMPTY(matmul, a, b);
    judge_passed();
}

Test(matmul, stays_in_bounds)
{
    try_both_placements(try_matmul);
    judge_passed();
}

Test(linear_forward, worked_example)
{
    try_linear(small_left, small_right, 2, 3, 4);
    judge_passed();
}

Test(linear_forward, random_shapes)
{
    try_random_shapes(try_linear);
    judge_passed();
}

Test(linear_forward, refuses_empty)
{
    try_linear(small_left, small_right, 2, 3, 4);
    REFUSES_EMPTY(linear_forward, x, weight);
    judge_passed();
}

Test(linear_forward, stays_in_bounds)
{
    try_both_placements(try_linear);
    judge_passed();
}

// ---- 1.3 embedding_forward -----------------------------------------------------------

enum { FROM_ID, BEFORE_ID, BEHIND_ID, FROM_POSITION, FROM_FIRST };

// Row t of the result if it came from the row that `how` says; ANYTHING where there is no
// such row.
static double *rows_taken(const float *wte, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size, size_t d_model, int how)
{
    double *out = judge_doubles(n_tokens * d_model);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t row = how == FROM_POSITION ? t : how == FROM_FIRST ? ids[0] : ids[t];
        if (how == BEHIND_ID)
            row++;
        bool is_there = row < vocab_size && (how != BEFORE_ID || row > 0);
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                is_there ? (double)wte[(row - (how == BEFORE_ID)) * d_model + i]
                         : ANYTHING;
    }
    return out;
}

// wte[id * of_id + i * of_i], where that is inside.
static double *strided(const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model, size_t of_id, size_t of_i)
{
    double *out = judge_doubles(n_tokens * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            size_t at = ids[t] * of_id + i * of_i;
            out[t * d_model + i] = at < vocab_size * d_model ? (double)wte[at] : ANYTHING;
        }
    return out;
}

// out[ids[t]] written for out[t]: rows that no id names keep their poison.
static double *scattered(const float *wte, const uint32_t *ids, size_t n_tokens,
                         size_t d_model, bool of_id)
{
    double *out = filled(n_tokens * d_model, NAN);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model && ids[t] < n_tokens; i++)
            out[ids[t] * d_model + i] = (double)wte[(of_id ? ids[t] : t) * d_model + i];
    return out;
}

static void expect_rows(const float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = n_tokens, v = vocab_size, d = d_model;
    const bool more_rows = n_tokens <= vocab_size;
    const struct mistake mistakes[] = {
        {"This is row id - 1: ids count from 0, so id 3 is the fourth row.",
         rows_taken(wte, ids, n, v, d, BEFORE_ID)},
        {"This is row id + 1: ids count from 0, so id 3 is wte[3].",
         rows_taken(wte, ids, n, v, d, BEHIND_ID)},
        {"Row t of the result came from row t of the table: the id says which row.",
         rows_taken(wte, ids, n, v, d, FROM_POSITION)},
        {"Every row is the row of ids[0]: row t belongs to ids[t].",
         rows_taken(wte, ids, n, v, d, FROM_FIRST)},
        {"This wrote out[ids[t]]: the result has a row for each position, out[t].",
         scattered(wte, ids, n, d, true)},
        {"This wrote out[ids[t]]: the result has a row for each position, out[t].",
         more_rows ? scattered(wte, ids, n, d, false) : filled(n * d, ANYTHING)},
        {"The step from row to row is vocab_size: rows are d_model apart.",
         strided(wte, ids, n, v, d, v, 1)},
        {"This is a column of the table: the element is wte[id * d_model + i].",
         strided(wte, ids, n, v, d, 1, v)},
        {NULL, NULL},
    };
    expect_floats("out", out, rows_taken(wte, ids, n, v, d, FROM_ID), NULL, n, d,
                  mistakes);
}

static void try_lookup(const float *table, const uint32_t *values, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    const float *wte = floats_in("wte", table, vocab_size * d_model);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *out = floats_out("out", n_tokens * d_model);
    judge_case("ids %s, n_tokens %zu, vocab_size %zu, d_model %zu",
               list_ids(values, n_tokens), n_tokens, vocab_size, d_model);
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);
    expect_rows(out, table, values, n_tokens, vocab_size, d_model);
}

Test(embedding_forward, reference_rows)
{
    const uint32_t small_ids[] = {3, 1, 0, 2, 1}, ids[] = {2, 3, 5, 1};
    try_lookup(torch_table[0], ids, 4, 6, 3);
    try_lookup(torch_table[0], small_ids, 5, 6, 3);
    judge_passed();
}

Test(embedding_forward, random_tables)
{
    for (int draw = 0; draw < 8; draw++) {
        // Long rows first: there a wrong stride stays inside the table, and has a name.
        size_t vocab_size = draw == 6 ? 1 : random_between(5, 40);
        size_t d_model = draw == 7  ? 1
                         : draw < 2 ? vocab_size + 3
                                    : random_between(2, 30);
        size_t n_tokens = random_between(3, 16);
        d_model += d_model == vocab_size;
        float *wte = judge_floats(vocab_size * d_model);
        uint32_t *ids = judge_ids(n_tokens);
        fill_normal(wte, vocab_size * d_model);
        fill_ids(ids, n_tokens, vocab_size);
        try_lookup(wte, ids, n_tokens, vocab_size, d_model);
    }
    judge_passed();
}

// A readable row stands behind the last one, so that an id that is one too large is seen
// as accepted, not as a crash.
static void refuse_lookup(const uint32_t *values, size_t n_tokens, const char *why)
{
    float table[7 * 3] = {0};
    memcpy(table, torch_table, sizeof torch_table);
    const float *wte = floats_in("wte", table, 7 * 3);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *out = floats_out("out", n_tokens * 3);
    judge_case("ids %s, n_tokens %zu, vocab_size 6, d_model 3",
               list_ids(values, n_tokens), n_tokens);
    expect_refused(CALL(embedding_forward, out, wte, ids, n_tokens, 6, 3), out, why);
}

Test(embedding_forward, refuses_bad_ids)
{
    const uint32_t good[] = {5, 0, 5}, first[] = {6, 1, 2}, middle[] = {1, 6, 2};
    const uint32_t last[] = {4, 0, 1, 6}, huge[] = {3, UINT32_MAX};
    try_lookup(torch_table[0], good, 3, 6, 3);
    refuse_lookup(first, 3, "ids[0] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_lookup(middle, 3, "ids[1] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_lookup(last, 4, "the last id is 6, and the largest id is vocab_size - 1 = 5");
    refuse_lookup(huge, 2, "ids[1] is 4294967295, which is not below vocab_size 6");
    judge_passed();
}

Test(embedding_forward, equals_product)
{
    const size_t n_tokens = 7, vocab_size = 11, d_model = 5;
    float table[11 * 5];
    uint32_t values[7];
    fill_normal(table, vocab_size * d_model);
    fill_ids(values, n_tokens, vocab_size);
    const float *wte = floats_in("wte", table, vocab_size * d_model);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *out = floats_out("out", n_tokens * d_model);
    judge_case("ids %s, vocab_size 11, d_model 5, beside one-hot x wte",
               list_ids(values, n_tokens));
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);

    const double *rows = wanted_one_hot(values, n_tokens, vocab_size);
    double *product = judge_doubles(n_tokens * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++)
                product[t * d_model + i] +=
                    rows[t * vocab_size + v] * (double)table[v * d_model + i];
    expect_floats("out", out, product, NULL, n_tokens, d_model, NULL);
    judge_passed();
}

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

Test(embedding_forward, copies_every_bit)
{
    const float table[5 * 2] = {
        1.5f,     -2.5f,    from_bits(0x7fc12345u), from_bits(0xffc00001u), -0.0f, 0.0f,
        INFINITY, -FLT_MAX, from_bits(1),           from_bits(0x807fffffu)};
    const uint32_t values[] = {2, 4, 3, 2, 0, 1, 1, 4};
    const float *wte = floats_in("wte", table, 10);
    float wanted[8 * 2];
    for (size_t n_tokens = 5; n_tokens <= 8;
         n_tokens += 3) { // without the NaN row, with it
        const uint32_t *ids = ids_in("ids", values, n_tokens);
        float *out = floats_out("out", n_tokens * 2);
        judge_case(
            "ids %s, d_model 2, rows of NaN, -0, infinity and tiny numbers; a row is "
            "copied bit for bit",
            list_ids(values, n_tokens));
        expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, 5, 2), out);
        for (size_t t = 0; t < n_tokens; t++)
            memcpy(wanted + t * 2, table + values[t] * 2, 2 * sizeof(float));
        expect_bits("out", out, wanted, n_tokens, 2);
    }
    judge_passed();
}

// The rows of the ids hold numbers of their own, the rest of the table is zero pages.
static void try_huge(const uint32_t *values, size_t n_tokens, size_t vocab_size)
{
    const size_t d_model = 12288;
    float *wte = sparse_floats_in("wte", vocab_size * d_model);
    for (size_t t = 0; t < n_tokens; t++)
        fill_normal(wte + values[t] * d_model, d_model);
    judge_seal(wte);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *out = floats_out("out", n_tokens * d_model);
    judge_case("ids %s, vocab_size %zu, d_model 12288", list_ids(values, n_tokens),
               vocab_size);
    expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size, d_model),
                    out);
    expect_floats("out", out,
                  rows_taken(wte, values, n_tokens, vocab_size, d_model, FROM_ID), NULL,
                  n_tokens, d_model, NULL);
}

Test(embedding_forward, huge_offsets)
{
    const uint32_t gpt3[] = {1, 43700, 50256}, larger[] = {87400, 175000, 349530, 399999};
    judge_remark(
        "GPT-3's table has 50,257 rows of 12,288 floats: byte offsets pass 2^31. "
        "An offset is a size_t: multiply in size_t.");
    try_huge(gpt3, 3, 50257);
    judge_remark("Offsets in this table pass 2^32 elements: multiply in size_t.");
    try_huge(larger, 4, 400000);
    judge_passed();
}

Test(embedding_forward, stays_in_bounds)
{
    float table[9 * 4];
    const uint32_t ids[] = {8, 0, 8, 3, 5};
    fill_normal(table, 9 * 4);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_lookup(table, ids, 5, 9, 4);
    }
    judge_passed();
}

// ---- 1.5 cosine_similarity -----------------------------------------------------------

static double distance(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sqrt(sum);
}

static void expect_cosine(double got, const float *a, const float *b, size_t n)
{
    const double ab = dot_product(a, b, n), aa = dot_product(a, a, n),
                 bb = dot_product(b, b, n);
    const double right = cosine_of(a, b, n);
    const struct {
        const char *says;
        double gives;
    } wrong[] = {
        {"This is the dot product: divide it by both norms.", ab},
        {"Only one norm is divided by: that of a. Divide by that of b too.",
         ab / sqrt(aa)},
        {"Only one norm is divided by: that of b. Divide by that of a too.",
         ab / sqrt(bb)},
        {"This divides by the same norm twice, that of a.", ab / aa},
        {"This divides by the same norm twice, that of b.", ab / bb},
        {"The norms are still squared: take their square roots.", ab / (aa * bb)},
        {"There is one square root too many: sqrt(|a| |b|).",
         ab / sqrt(sqrt(aa) * sqrt(bb))},
        {"The sign is lost: opposite vectors have cosine -1.", fabs(right)},
        {"This is the square of the cosine.", right * right},
        {"This is a distance (1 - cosine), not a similarity.", 1 - right},
        {"This is a distance, not a similarity.", distance(a, b, n)},
        {"This is an angle: the cosine itself is wanted.", acos(right)},
        {"This is the mean of the products.", ab / (double)n},
        {"The last element is missing.", cosine_of(a, b, n - 1)},
        {"The first element is missing.", cosine_of(a + 1, b + 1, n - 1)},
    };
    enum { N_WRONG = sizeof wrong / sizeof *wrong };
    struct mistake mistakes[N_WRONG + 1] = {{NULL, NULL}};
    for (size_t i = 0; i < N_WRONG; i++)
        mistakes[i] = (struct mistake){wrong[i].says, &wrong[i].gives};
    expect_number("the cosine", got, right, 1e-6, mistakes);
}

static void try_cosine(const float *left, const float *right, size_t n)
{
    const float *a = floats_in("a", left, n), *b = floats_in("b", right, n);
    expect_cosine((double)CALL(cosine_similarity, a, b, n), left, right, n);
}

Test(cosine_similarity, feature_table)
{
    const float cat[] = {0.9f, 0.88f, 0.1f, 0.85f, 0},
                dog[] = {0.95f, 0.93f, 0.05f, 0.9f, 0};
    const float apple[] = {0, 0, 0.95f, 0, 0.98f};
    judge_case("a = cat, b = dog of the feature table, n 5");
    try_cosine(cat, dog, 5);
    judge_case("a = cat, b = apple of the feature table, n 5");
    try_cosine(cat, apple, 5);
    judge_case("a = dog, b = apple of the feature table, n 5");
    try_cosine(dog, apple, 5);
    judge_passed();
}

Test(cosine_similarity, random_vectors)
{
    const size_t lengths[] = {3, 7, 64, 768, 1, 2};
    for (size_t l = 0; l < 6; l++) {
        float *a = judge_floats(lengths[l]), *b = judge_floats(lengths[l]);
        fill_normal(a, lengths[l]);
        fill_normal(b, lengths[l]);
        judge_case("two random vectors, n %zu", lengths[l]);
        try_cosine(a, b, lengths[l]);
        for (size_t i = 0; i < lengths[l]; i++)
            a[i] = -b[i] * 0.5f;
        judge_case("a = -b / 2, n %zu", lengths[l]);
        try_cosine(a, b, lengths[l]);
    }
    judge_passed();
}

static void try_zero(const float *left, const float *right, const char *which)
{
    const float *a = floats_in("a", left, 3), *b = floats_in("b", right, 3);
    const double nan_result = NAN;
    const struct mistake mistakes[] = {
        {"This is 0 / 0: a vector of zeros has no direction; give 0.", &nan_result},
        {NULL, NULL},
    };
    judge_case("%s, n 3", which);
    double got = (double)CALL(cosine_similarity, a, b, 3);
    expect_number("the cosine", got, 0, 0, mistakes);
}

Test(cosine_similarity, zero_vector)
{
    const float some[] = {3, -4, 0.5f}, zeros[] = {0, 0, 0}, other[] = {1, 2, 2};
    judge_case("a = (3, -4, 0.5), b = (1, 2, 2), n 3");
    try_cosine(some, other, 3);
    try_zero(zeros, some, "a all zeros");
    try_zero(some, zeros, "b all zeros");
    try_zero(zeros, zeros, "a and b all zeros");
    judge_passed();
}

Test(cosine_similarity, any_length)
{
    const double scales[] = {1, 1e-25, 1e-15, 1e-8, 1e18, 1e30};
    float a[9], b[9];
    for (size_t s = 0; s < 6; s++) {
        for (size_t i = 0; i < 9; i++) {
            double of_a = random_normal(), of_b = of_a + 0.8 * random_normal();
            a[i] = (float)(of_a * scales[s]);
            b[i] = (float)(of_b * scales[s]);
        }
        judge_case("vectors of length about %g, n 9", 3 * scales[s]);
        if (s == 1)
            judge_remark("The squares of such numbers leave the range of a float: sum in "
                         "double. The cosine does not depend on the length.");
        try_cosine(a, b, 9);
    }
    judge_passed();
}

Test(cosine_similarity, long_vectors)
{
    const size_t n = 65537;
    float *a = judge_floats(n), *b = judge_floats(n);
    for (size_t i = 0; i < n; i++) {
        a[i] = i == 0 ? 4096 : 1;
        b[i] = i == 0 ? 4096 : -1;
    }
    judge_case("a = (4096, 1, 1, ...), b = (4096, -1, -1, ...), n 65537");
    judge_remark(
        "A float has 24 bits: 16,777,216 + 1 is 16,777,216 again. Sum in double.");
    try_cosine(a, b, n);
    judge_passed();
}

Test(cosine_similarity, stays_in_bounds)
{
    float a[11], b[11];
    fill_normal(a, 11);
    fill_normal(b, 11);
    judge_case("two random vectors, n 11");
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_cosine(a, b, 11);
    }
    judge_passed();
}
