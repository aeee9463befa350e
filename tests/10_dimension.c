// Tests of chapter 10, dimension. A suite is a function, a test one thing that can be wrong.
#include "10_dimension.h"
#include "judge.h"

#include "calls/10_dimension.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(10);

// ---- 10.1 table_cost -----------------------------------------------------------------

struct sizes {
    uint64_t n_tokens, vocab_size, d_model, bits;
};

// A whole number below 2^128, so that nothing here can overflow.
struct wide {
    uint64_t high, low;
};

static struct wide times(struct wide a, uint64_t b)
{
    const uint64_t low = (a.low & UINT32_MAX) * (b & UINT32_MAX);
    const uint64_t middle = (a.low >> 32) * (b & UINT32_MAX) + (low >> 32);
    const uint64_t other = (a.low & UINT32_MAX) * (b >> 32) + (middle & UINT32_MAX);
    const uint64_t over = (a.low >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
    const double high = (double)a.high * (double)b + (double)over;
    return (struct wide){high < 1e19 ? a.high * b + over : UINT64_MAX,
                         other << 32 | (low & UINT32_MAX)};
}

// bits of a row, rounded up to bytes
static struct wide row_bytes(uint64_t d_model, uint64_t bits)
{
    struct wide row = times((struct wide){0, d_model}, bits);
    row.low += 7;
    row.high += row.low < 7;
    return (struct wide){row.high >> 3, row.low >> 3 | row.high << 61};
}

static struct wide right_bytes(const struct sizes *s)
{
    return times(row_bytes(s->d_model, s->bits), s->vocab_size);
}

static struct wide right_flops(const struct sizes *s)
{
    if (s->n_tokens == 0 || s->vocab_size == 0 || s->d_model == 0)
        return (struct wide){0, 0};
    return times(times(times((struct wide){0, s->n_tokens}, s->vocab_size), s->d_model),
                 2);
}

// both begin as poison, which no table costs
static uint64_t *wide_out(void)
{
    return (uint64_t *)(void *)doubles_out(1);
}

static void try_cost(const struct sizes *s)
{
    const struct wide bytes_right = right_bytes(s), flops_right = right_flops(s);
    fresh_case();
    uint64_t *bytes = wide_out(), *flops = wide_out();
    const bool returned =
        CALL(table_cost, bytes, flops, s->n_tokens, s->vocab_size, s->d_model, s->bits);
    if (s->bits < 1 || s->bits > 64 || bytes_right.high > 0 || flops_right.high > 0) {
        const char *why = s->bits < 1 || s->bits > 64 ? "bits is not 1 to 64"
                          : bytes_right.high > 0      ? "the bytes do not fit in 64 bits"
                                                      : "the FLOPs do not fit in 64 bits";
        expect_refused(returned, bytes, why);
        expect(is_untouched(flops), "table_cost wrote to flops although %s.", why);
        return;
    }
    expect_accepted(returned, bytes);
    expect(!is_untouched(bytes), "*bytes was never written.");
    expect(*bytes == bytes_right.low, "*bytes: got %llu, wanted %llu.",
           (unsigned long long)*bytes, (unsigned long long)bytes_right.low);
    expect(!is_untouched(flops), "*flops was never written.");
    expect(*flops == flops_right.low, "*flops: got %llu, wanted %llu.",
           (unsigned long long)*flops, (unsigned long long)flops_right.low);
}

static void try_random_cost(size_t bits)
{
    try_cost(&(struct sizes){random_between(2, 90), random_between(100, 900),
                             random_between(11, 70), bits});
}

Test(table_cost, worked_example)
{
    try_random_cost(32);
    try_cost(&(struct sizes){2, 5, 3, 32});
    try_cost(&(struct sizes){2, 5, 3, 4});
    try_cost(&(struct sizes){2, 5, 3, 1});
    judge_passed();
}

Test(table_cost, random_sizes)
{
    for (int draw = 0; draw < 6; draw++) {
        try_random_cost(8 * random_between(1, 8));
        try_random_cost(32);
    }
    judge_passed();
}

Test(table_cost, rows_of_whole_bytes)
{
    judge_remark("Each row begins at a whole byte: round up the row, not the table.");
    for (size_t bits = 3; bits <= 64; bits += random_between(1, 3))
        try_random_cost(bits);
    for (int draw = 0; draw < 8; draw++)
        try_cost(&(struct sizes){1, random_between(1000, 9000), random_between(1, 9),
                                 random_between(1, 7)});
    try_cost(&(struct sizes){3, random_between(100, 900), 16 * random_between(2, 9), 64});
    judge_passed();
}

// Where a product leaves an int, a uint32_t, the whole numbers of a double, an int64_t.
Test(table_cost, beyond_32_bits)
{
    static const uint64_t sizes[][4] = {
        {1, 50257, 12288, 32},   {1024, 50257, 768, 32},
        {2048, 50257, 12288, 8}, {1, 4000000007u, 70001, 16},
        {3, 65536, 65536, 7},    {1, 100003, 30000000011u, 64},
        {1, 46341, 46341, 32},   {90001, 4000037, 3, 9},
        {7, 3, 4294967311u, 5}};
    try_random_cost(32);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_cost(&(struct sizes){sizes[k][0] + random_between(0, 9),
                                 sizes[k][1] + random_between(0, 9),
                                 sizes[k][2] + random_between(0, 99), sizes[k][3]});
    for (int draw = 0; draw < 3; draw++) // odd, and above 2^53: no double is
        try_cost(&(struct sizes){1, 1000000001u + 2 * random_between(0, 999),
                                 300000001u + 2 * random_between(0, 999), 8});
    try_cost(&(struct sizes){1, 50257, 12288, 32});
    judge_passed();
}

// The result fits, and something on the way to it need not.
Test(table_cost, large_on_the_way)
{
    const uint64_t one = 1;
    try_random_cost(32);
    judge_remark("What fits in the end must be right, however large it is on the way.");
    for (size_t k = 0; k < 4; k++) {
        const uint64_t more = random_between(1, 999);
        try_cost(&(struct sizes){1, 1, (one << 61) + more, 8});
        try_cost(&(struct sizes){0, 1, UINT64_MAX - more, 3});
        try_cost(&(struct sizes){0, 3, UINT64_MAX - more, 1});
        try_cost(&(struct sizes){0, 7, (one << 61) - more, 8});
        try_cost(&(struct sizes){0, 3, UINT64_MAX - random_between(0, 6), 1});
        try_cost(&(struct sizes){0, (one << 58) - more, 2, 64});
    }
    judge_passed();
}

// The last sizes that fit, and the first that do not, for each of the two results.
Test(table_cost, the_limit)
{
    try_random_cost(32);
    for (size_t k = 0; k < 4; k++) {
        // 3 divides 2^64 - 1: the table has just as many bytes
        const uint64_t rows = k == 0 ? 3 : random_between(3, 5000),
                       most = UINT64_MAX / rows;
        try_cost(&(struct sizes){0, rows, most, 8});
        try_cost(&(struct sizes){0, rows, most + 1, 8});
        try_cost(&(struct sizes){0, most, rows, 8});
        try_cost(&(struct sizes){0, most + 1, rows, 8});
        try_cost(&(struct sizes){1, rows, most / 2, 1});
        try_cost(&(struct sizes){1, rows, most / 2 + 1, 1});
        try_cost(&(struct sizes){most / 2, rows, 1, 1});
        try_cost(&(struct sizes){most / 2 + 1, rows, 1, 1});
    }
    try_cost(&(struct sizes){7, INT64_MAX / 7, 1, 1}); // 7 divides 2^63 - 1
    try_random_cost(32);
    judge_passed();
}

Test(table_cost, refuses_overflow)
{
    const uint64_t one = 1;
    try_random_cost(16);
    for (size_t k = 0; k < 4; k++) {
        const uint64_t large = ((uint64_t)1 << 32) + random_between(0, 99);
        try_cost(&(struct sizes){0, large, large, 8}); // 2^64 and more: small if it wraps
        try_cost(&(struct sizes){large, large, 1, 1});
        try_cost(&(struct sizes){large / 4, 8, large, 1});
        try_cost(&(struct sizes){1, 3, UINT64_MAX, 64});
        try_cost(&(struct sizes){0, UINT64_MAX, 9, 1 + random_between(0, 63)});
        try_cost(&(struct sizes){1, large / 2, large / 4, 64}); // the FLOPs would fit
        try_cost(&(struct sizes){1, 3, UINT64_MAX / 8 - large, 64});
        try_cost(&(struct sizes){UINT64_MAX, UINT64_MAX, UINT64_MAX, 64});
        const size_t shift = random_between(0, 20); // 2^128: small in 128 bits, too
        try_cost(&(struct sizes){one << 61, one << (33 + shift), one << (33 - shift), 1});
        try_cost(&(struct sizes){0, one << 63, one << 62, 64});
    }
    try_random_cost(16);
    judge_passed();
}

Test(table_cost, sizes_of_zero)
{
    const uint64_t huge = UINT64_MAX - random_between(0, 99);
    try_random_cost(32);
    judge_remark("Where a size is 0 the product is 0, whatever the other sizes are.");
    try_cost(&(struct sizes){0, random_between(2, 9), random_between(2, 9), 32});
    try_cost(&(struct sizes){3, 0, random_between(2, 9), 32});
    try_cost(&(struct sizes){3, random_between(2, 9), 0, 32});
    try_cost(&(struct sizes){huge, 0, huge, 64});
    try_cost(&(struct sizes){huge, huge, 0, 64});
    try_cost(&(struct sizes){0, 1, huge, 8});
    judge_passed();
}

Test(table_cost, refuses_bits)
{
    static const uint64_t bad[] = {0,         65, 128, 256, 264, ((uint64_t)1 << 32) + 8,
                                   UINT64_MAX};
    try_random_cost(64);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        try_random_cost(1);
        try_cost(&(struct sizes){3, random_between(1, 9), random_between(1, 9), bad[k]});
        try_cost(&(struct sizes){0, 0, 0, bad[k]});
    }
    judge_passed();
}

// ---- 10.2 circle_model ---------------------------------------------------------------

// An angle in double is off by some 2^-52 of 7, so a cosine by less than 1e-14 (a product of
// turns, by V times that); then each number is rounded once.
static const double CIRCLE_OFF = 1e-11;

// Row v as row v - v % FEW, turned by v % FEW: two angles in a thousand are all that is needed.
static double *circle_rows(size_t n)
{
    enum { FEW = 1024 };
    double *rows = judge_doubles(2 * n), c = 1, s = 0;
    for (size_t v = 0; v < n; v++) {
        const double angle = 2 * acos(-1) * (double)v / (double)n;
        const double *by = rows + 2 * (v % FEW);
        if (v < FEW || v % FEW == 0)
            c = cos(angle), s = sin(angle);
        rows[2 * v] = v < FEW ? c : c * by[0] - s * by[1];
        rows[2 * v + 1] = v < FEW ? s : s * by[0] + c * by[1];
    }
    return rows;
}

static void expect_rows(const float *got, const double *rows, double *allowed, size_t n)
{
    for (size_t k = 0; k < 2 * n; k++)
        allowed[k] = fabs(rows[k]) * 0x1p-24 + CIRCLE_OFF;
    expect_floats(got, rows, allowed, n, 2);
}

static void try_circle(const uint32_t *values, size_t n)
{
    double *rows = circle_rows(n), *inputs = judge_doubles(2 * n);
    double *allowed = judge_doubles(2 * n);
    for (size_t k = 0; k < 2 * n; k++)
        inputs[k] = rows[2 * values[k / 2] + k % 2];
    fresh_case();
    const uint32_t *next = ids_in(values, n);
    float *wte = floats_out(2 * n), *lm_head = floats_out(2 * n);
    expect_accepted(CALL(circle_model, wte, lm_head, next, n), lm_head);
    expect_rows(lm_head, rows, allowed, n);
    expect_rows(wte, inputs, allowed, n);
}

static void try_random_circle(size_t n)
{
    try_circle(random_ids(n, n), n);
    try_circle(random_ids(n, n), n);
}

Test(circle_model, worked_example)
{
    static const uint32_t next[4] = {2, 0, 0, 3};
    try_random_circle(5);
    try_circle(next, 4);
    judge_passed();
}

Test(circle_model, random_followers)
{
    for (int draw = 0; draw < 4; draw++)
        try_random_circle(random_between(3, 60));
    try_random_circle(8);
    try_random_circle(50);
    judge_passed();
}

// The greatest logit is that of next[v], and all others are behind.
Test(circle_model, right_word_wins)
{
    const size_t n = random_between(150, 250);
    const uint32_t *values = random_ids(n, n);
    fresh_case();
    const uint32_t *next = ids_in(values, n);
    float *wte = floats_out(2 * n), *lm_head = floats_out(2 * n);
    expect_accepted(CALL(circle_model, wte, lm_head, next, n), lm_head);
    for (size_t v = 0; v < n; v++)
        for (size_t w = 0; w < n; w++)
            expect(
                w == values[v] ||
                    dot_product(wte + 2 * v, lm_head + 2 * w, 2) <
                        dot_product(wte + 2 * v, lm_head + 2 * (size_t)values[v], 2),
                "After word %zu word %u must have the greatest logit, and word %zu has "
                "as much.",
                v, (unsigned)values[v], w);
    judge_passed();
}

Test(circle_model, large_sizes)
{
    const size_t n = 524309; // two numbers of 64 bits for each do not fit on a stack
    try_random_circle(1031);
    try_circle(random_ids(n, n), n);
    judge_passed();
}

static void refuse_next(size_t n, size_t at, uint32_t bad)
{
    uint32_t *values = random_ids(n, n);
    values[at] = bad;
    fresh_case();
    const uint32_t *next = ids_in(values, n);
    float *wte = floats_out(2 * n), *lm_head = floats_out(2 * n);
    expect_refused(CALL(circle_model, wte, lm_head, next, n), lm_head,
                   "a next[v] is not below vocab_size");
    expect(is_untouched(wte), "circle_model wrote to wte although a next[v] is not below "
                              "vocab_size.");
}

Test(circle_model, refuses_bad_next)
{
    static const uint32_t far[3] = {0x80000000u, UINT32_MAX, 65536};
    try_random_circle(9);
    for (size_t k = 0; k < 3; k++) {
        const size_t n = random_between(20, 40);
        refuse_next(n, 0, (uint32_t)n);
        refuse_next(n, n / 2, (uint32_t)n + (uint32_t)k);
        refuse_next(n, n - 1, (uint32_t)n);
        try_random_circle(n);
        refuse_next(n, n - 1, far[k]);
        refuse_next(n, random_between(0, n - 1), far[k]);
    }
    refuse_next(1, 0, 1);
    refuse_next(5003, 5002, 5003);
    judge_passed();
}

Test(circle_model, one_word_or_none)
{
    static const uint32_t self = 0;
    try_random_circle(random_between(6, 9));
    try_circle(&self, 1);
    try_random_circle(2);
    fresh_case();
    float *wte = floats_out(4), *lm_head = floats_out(4);
    expect(CALL(circle_model, wte, lm_head, ids_in(&self, 0), 0),
           "circle_model must return true for no words: there is nothing to do.");
    expect(is_untouched(wte) && is_untouched(lm_head),
           "circle_model wrote something although there are no words.");
    judge_passed();
}

Test(circle_model, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_circle(random_between(5, 9));
    }
    judge_passed();
}

// ---- 10.3 reachable_words ------------------------------------------------------------

struct place {
    double x, y;
};

static inline double turn_of(struct place a, struct place b)
{
    return a.x * b.y - a.y * b.x;
}

static inline struct place seen_from(const float *rows, size_t v, size_t w, size_t d)
{
    return (struct place){(double)rows[w * d] - (double)rows[v * d],
                          d < 2 ? 0 : (double)rows[w * d + 1] - (double)rows[v * d + 1]};
}

// All others fit into less than half a turn, from the direction `right` to `left`, as they
// come. (Plain, by all pairs; the numbers are such that nothing is rounded.)
static bool wins(const float *rows, size_t v, size_t n, size_t d)
{
    struct place right = {0, 0}, left = {0, 0};
    for (size_t w = 0, seen = 0; w < n; w++) {
        const struct place x = seen_from(rows, v, w, d);
        if (w == v)
            continue;
        const double a = turn_of(right, x), b = turn_of(left, x);
        const bool is_behind =
            a <= 0 && b >= 0 && (a < b || right.x * x.x + right.y * x.y < 0);
        if ((x.x == 0 && x.y == 0) || is_behind)
            return false;
        right = seen == 0 || a < 0 ? x : right;
        left = seen++ == 0 || b > 0 ? x : left;
    }
    return true;
}

static void try_reachable(const float *rows, size_t n, size_t d)
{
    uint32_t *wanted = judge_ids(n);
    for (size_t v = 0; v < n; v++)
        wanted[v] = wins(rows, v, n, d);
    fresh_case();
    const float *lm_head = floats_in(rows, n * d);
    uint32_t *reachable = ids_out(n);
    expect_accepted(CALL(reachable_words, reachable, lm_head, n, d), reachable);
    expect_ids(reachable, wanted, n);
}

// whole numbers from -most to most
static float *whole_numbers(size_t n, size_t most)
{
    float *values = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)random_between(0, 2 * most) - (float)most;
    return values;
}

static void try_random_heads(size_t n, size_t d)
{
    try_reachable(whole_numbers(n * d, 2000), n, d);
    try_reachable(whole_numbers(n * d, 2000), n, d);
}

Test(reachable_words, worked_example)
{
    static const float square[12] = {0, 0, 4, 0, 4, 4, 0, 4, 2, 0, 1, 2};
    static const float line[4] = {3, -1, 2, 3};
    try_random_heads(9, 2);
    try_reachable(square, 6, 2);
    try_reachable(line, 4, 1);
    judge_passed();
}

Test(reachable_words, random_heads)
{
    for (size_t n = 12; n < 40; n += random_between(2, 5))
        try_random_heads(n, 2);
    try_random_heads(50, 2);
    float *blocks = whole_numbers(2 * 32, 2000); // whole blocks, and the last one counts
    blocks[2 * 31] = 3000;
    try_reachable(blocks, 32, 2);
    for (int draw = 0; draw < 5; draw++) { // one wins for a third of a degree
        const float x = (float)random_between(4, 10), y = (float)random_between(4, 10);
        const float rows[10] = {-400 * x, -400 * y, 400 * x, 400 * y, 0,
                                0,        -y,       x,       40 * y,  -40 * x};
        try_reachable(rows, 5, 2);
    }
    judge_passed();
}

// Nearly all on the hull: points of a parabola, in any order, somewhere in the plane.
Test(reachable_words, round_heads)
{
    try_random_heads(8, 2);
    for (int draw = 0; draw < 4; draw++) {
        enum { N = 23 };
        float rows[2 * N];
        const size_t step = random_between(2, 20), away = random_between(0, 3000);
        for (size_t v = 0; v < N; v++) {
            const float x = (float)((v * step) % N) - 11;
            rows[2 * v] = x + (float)away;
            rows[2 * v + 1] = (draw % 2 == 0 ? x * x : -x * x) - (float)away;
        }
        rows[2 * (N - 1) + 1] += draw % 2 == 0 ? 30 : -30;
        try_reachable(rows, N, 2);
    }
    judge_passed();
}

Test(reachable_words, one_dimension)
{
    judge_remark("With one number only the largest and the smallest can win.");
    for (size_t n = 2; n < 30; n += random_between(1, 6))
        try_random_heads(n, 1);
    const float below[4] = {-3, 0, -(float)random_between(1, 9), -2}; // 0 is the largest
    try_reachable(below, 4, 1);
    float tiny[4];
    for (size_t v = 0; v < 4; v++)
        tiny[v] = ldexpf(below[v], -60);
    try_reachable(tiny, 4, 1);
    for (int draw = 0; draw < 4; draw++) {
        float *rows = whole_numbers(12, 4);
        try_reachable(rows, 12, 1);
        for (size_t v = 0; v < 12; v++) // all on one side of 0, then all of them equal
            rows[v] = rows[v] * 2 + (float)(v % 2) + (draw % 2 == 0 ? 20 : -20);
        const size_t at = random_between(0, 11); // the two ends, each of one word
        rows[at] = draw % 2 == 0 ? 31 : -9;
        rows[(at + 1) % 12] = draw % 2 == 0 ? 9 : -31;
        try_reachable(rows, 12, 1);
        for (size_t v = 1; v < 12; v++)
            rows[v] = rows[0];
        try_reachable(rows, 2 + (size_t)draw, 1);
    }
    judge_passed();
}

Test(reachable_words, equal_rows)
{
    try_random_heads(9, 2);
    judge_remark("Two words with equal rows are always level: neither can win.");
    for (int draw = 0; draw < 4; draw++) {
        const size_t n = random_between(8, 14);
        float *rows = whole_numbers(2 * n, 500);
        for (size_t v = 0; v < n; v++) // all of them, once doubled
            if (v % 2 == 1 && random_between(0, 2) > 0)
                memcpy(rows + 2 * v, rows + 2 * (v - 1), 2 * sizeof *rows);
        try_reachable(rows, n, 2);
        try_reachable(whole_numbers(2 * n, 1), n, 2);
        rows[0] = rows[2] = 1000; // the largest: it would win, but 0 and -0 are equal
        rows[1] = 0.0f;
        rows[3] = -0.0f;
        try_reachable(rows, n, 2);
        const float level[3] = {-0.0f, 0.0f, (float)random_between(1, 9)};
        try_reachable(level, 3, 1);
    }
    static const float twins[4] = {3, 1, 3, 1};
    try_reachable(twins, 2, 2);
    judge_passed();
}

// Corners on a parabola, and the middle of each side: twenty slopes.
static void try_halved_sides(void)
{
    enum { SIDES = 20, N = 2 * SIDES + 1 };
    float *rows = judge_floats(2 * N);
    const float a = (float)random_between(1, 999), b = (float)random_between(1, 999);
    for (size_t v = 0; v < N; v++) { // a corner, a middle, a corner, ...
        const float x = (float)v - SIDES;
        rows[2 * v] = a * x;
        rows[2 * v + 1] = b * (x * x + (float)(v % 2));
    }
    try_reachable(rows, N, 2);
}

// Many points of a few lines: what lies between two corners cannot win.
Test(reachable_words, on_a_side)
{
    try_random_heads(9, 2);
    judge_remark("A word on a side of the hull is level with others, and never ahead.");
    for (int draw = 0; draw < 10; draw++)
        try_halved_sides();
    for (int draw = 0; draw < 6; draw++) {
        try_reachable(whole_numbers(2 * 17, 3), 17, 2);
        const size_t n = random_between(4, 20);
        float *rows = whole_numbers(2 * n, 9);
        const float a = draw % 3 == 1 ? 0 : (float)random_between(1, 7),
                    b = (float)random_between(draw % 3 == 1, 7);
        for (size_t v = 0; v < n; v++) { // all on one line
            const float t = draw < 3 ? (float)v - 2 : rows[2 * v];
            rows[2 * v] = a * t;
            rows[2 * v + 1] = draw % 2 == 0 ? b * t + 5 : 5 - b * t;
        }
        try_reachable(rows, n, 2);
    }
    judge_passed();
}

// A power of two changes no answer; neither does a place far from 0, or a corner that is
// nearly flat.
Test(reachable_words, any_scale)
{
    static const int powers[5] = {-60, -20, 0, 20, 60};
    try_random_heads(9, 2);
    judge_remark("Take differences and products in double, and compare with 0.");
    for (size_t k = 0; k < 5; k++) {
        float *rows = whole_numbers(2 * 30, 3000);
        for (size_t i = 0; i < 60; i++)
            rows[i] = ldexpf(rows[i], powers[k]);
        try_reachable(rows, 30, 2);
    }
    for (int draw = 0; draw < 8;
         draw++) { // a line from end to end of what a float counts
        const size_t a = random_between(1000, 4095) | 1,
                     b = random_between(1000, 4095) | 1;
        const size_t steps = 2 * 16777215 / (a < b ? b : a);
        const size_t third = random_between(1, steps / 3); // odd from the end: 25 bits
        const size_t at[3] = {0, third + (steps - third + 1) % 2, steps};
        float line[6];
        for (size_t v = 0; v < 3; v++) {
            line[2 * v] = (float)((double)(at[v] * a) - 16777215);
            line[2 * v + 1] = (float)((double)(at[v] * b) - 16777215);
        }
        try_reachable(line, 3, 2);
    }
    for (int draw = 0; draw < 8; draw++) { // the cross product at row 0 is -1, 0 or 1
        const float far = 16777216 - 2 * (float)random_between(1, 999);
        const float bent[8] = {0,
                               0,
                               far - 1,
                               far,
                               -(far - 2) + (float)(draw % 3 - 1),
                               -(far - 1) + (float)(draw % 3 - 1),
                               far,
                               -far};
        const float mirrored[8] = {0, 0, far - 1, far, bent[4], bent[5], -far, far};
        try_reachable(draw % 2 == 0 ? bent : mirrored, 4, 2);
    }
    for (int draw = 0; draw < 4; draw++) {
        const float most = 4194304, up = (float)random_between(0, 1) * 2 - 1;
        const float flat[8] = {-most, 1, most, 1, 0, 1 + up, 1, -most};
        try_reachable(flat, 4, 2);
        float *rows = whole_numbers(2 * 12, 40);
        for (size_t i = 0; i < 24; i++)
            rows[i] += 8000000;
        try_reachable(rows, 12, 2);
    }
    judge_passed();
}

Test(reachable_words, large_sizes)
{
    enum { N = 1103 };
    float *corner = whole_numbers(2 * N, 2000); // the last one wins
    corner[2 * (N - 1)] = 2000 + (float)random_between(1, 99);
    try_reachable(corner, N, 2);
    float *line = whole_numbers(N, 1500);
    line[0] = 1550, line[1] = -1550; // would win, but the last two do
    line[N - 1] = 1600 + (float)random_between(0, 9);
    line[N - 2] = -line[N - 1];
    try_reachable(line, N, 1);
    try_reachable(whole_numbers(2 * N, 9), N, 2);
    judge_passed();
}

Test(reachable_words, refuses_widths)
{
    const size_t wrapped = (size_t)UINT32_MAX + 2; // 1 in 32 bits
    const size_t bad[] = {0, 3, 4, 64, wrapped, wrapped + 1, SIZE_MAX};
    try_random_heads(7, 2);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        fresh_case();
        const float *lm_head = floats_in(normals(64 * 4), 64 * 4);
        uint32_t *reachable = ids_out(4);
        expect_refused(CALL(reachable_words, reachable, lm_head, 4, bad[k]), reachable,
                       "d_model is neither 1 nor 2");
        expect_refused(CALL(reachable_words, reachable, lm_head, 1, bad[k]), reachable,
                       "d_model is neither 1 nor 2");
        expect_refused(CALL(reachable_words, reachable, lm_head, 0, bad[k]), reachable,
                       "d_model is neither 1 nor 2");
        if (k < 2)
            try_random_heads(7, 1 + k);
    }
    judge_passed();
}

Test(reachable_words, few_words)
{
    try_random_heads(random_between(5, 9), 2);
    for (size_t d = 1; d <= 2; d++) {
        try_random_heads(1, d);
        try_random_heads(2, d);
        fresh_case();
        uint32_t *reachable = ids_out(3);
        expect(CALL(reachable_words, reachable, floats_in(NULL, 0), 0, d),
               "reachable_words must return true for no words: there is nothing to do.");
        expect(is_untouched(reachable), "reachable_words wrote something although there "
                                        "are no words.");
    }
    static const float nothing[2] = {0, 0};
    try_reachable(nothing, 1, 2);
    judge_passed();
}

Test(reachable_words, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_heads(random_between(5, 9), 2);
        try_random_heads(random_between(5, 9), 1);
    }
    judge_passed();
}

// ---- 10.4 matrix_rank ----------------------------------------------------------------

static void try_rank(const float *values, double tolerance, size_t wanted, size_t n_rows,
                     size_t n_columns)
{
    const uint32_t right = (uint32_t)wanted;
    fresh_case();
    const float *a = floats_in(values, n_rows * n_columns);
    uint32_t *rank = ids_out(1);
    double *room = doubles_out(n_rows * n_columns);
    judge_room(room, 0);
    expect_accepted(CALL(matrix_rank, rank, room, a, tolerance, n_rows, n_columns), rank);
    expect_ids(rank, &right, 1);
}

// Of the rank k, with rows and columns mixed: k rows of a lower triangle with 1 on its
// diagonal, times k columns of an upper one, both of whole numbers, so nothing is rounded.
static float *of_rank(size_t k, size_t n_rows, size_t n_columns)
{
    float *left = whole_numbers(n_rows * k, 1), *right = whole_numbers(k * n_columns, 1);
    float *a = judge_floats(n_rows * n_columns);
    const size_t rows_on = random_between(0, n_rows),
                 columns_on = random_between(0, n_columns);
    for (size_t i = 0; i < k; i++) {
        for (size_t j = i; j < k; j++)
            left[i * k + j] = right[j * n_columns + i] = i == j;
    }
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++)
            for (size_t i = 0; i < k; i++)
                a[(r + rows_on) % n_rows * n_columns + (c + columns_on) % n_columns] +=
                    left[r * k + i] * right[i * n_columns + c];
    return a;
}

static void try_random_rank(size_t k, size_t n_rows, size_t n_columns)
{
    try_rank(of_rank(k, n_rows, n_columns), 1e-9, k, n_rows, n_columns);
}

Test(matrix_rank, worked_example)
{
    static const float a[4] = {2, 4, 1, 2.5f};
    for (int draw = 0; draw < 4; draw++)
        try_random_rank(random_between(1, 4), 4, 5);
    try_rank(a, 1e-9, 2, 2, 2);
    try_rank(a, 0.1, 1, 2, 2);
    judge_passed();
}

Test(matrix_rank, random_ranks)
{
    for (int draw = 0; draw < 8; draw++) {
        const size_t n_rows = random_between(3, 8), n_columns = random_between(3, 8);
        const size_t least = n_rows < n_columns ? n_rows : n_columns;
        try_random_rank(random_between(1, least), n_rows, n_columns);
        try_random_rank(least, n_rows, n_columns);
    }
    float *below = judge_floats(4 * 3); // of rank 1, and nowhere above 0
    for (size_t r = 0; r < 4; r++)
        below[3 * r] = below[3 * r + 1] = below[3 * r + 2] = -(float)random_between(1, 9);
    try_rank(below, 1e-9, 1, 4, 3);
    judge_passed();
}

// One row, one column, a permutation, ones: the next pivot stands in any row and column.
Test(matrix_rank, pivots_anywhere)
{
    for (int draw = 0; draw < 4; draw++) {
        enum { N = 7 };
        float a[N * N] = {0};
        const size_t k = draw == 0 ? N : random_between(2, N - 1);
        const size_t step = random_between(1, N - 1);
        for (size_t i = 0; i < k; i++)
            a[i * N + (i * step + 3) % N] = (float)random_between(1, 9);
        try_rank(a, 1e-9, k, N, N);
        try_random_rank(1, 1, random_between(2, 9));
        try_random_rank(1, random_between(2, 9), 1);
        memset(a, 0, sizeof a);
        a[random_between(0, N - 1) * N + random_between(0, N - 1)] = -3;
        try_rank(a, 1e-9, 1, N, N);
    }
    judge_passed();
}

// Pivots of the sizes 1, 1/8, 1/64, ..., times a size of their own, far from the tolerance.
Test(matrix_rank, tolerance)
{
    try_random_rank(2, 5, 4);
    for (int draw = 0; draw < 6; draw++) {
        enum { N = 6 };
        float a[N * N] = {0};
        const size_t step = random_between(1, N - 1), k = random_between(1, N - 1);
        const float size = (float)random_between(1, 900) / 8;
        const bool odd = step % 2 == 1 && step % 3 != 0;
        for (size_t i = 0; i < N; i++)
            a[(odd ? i * step % N : N - 1 - i) * N + i] = ldexpf(size, -3 * (int)i);
        try_rank(a, ldexp(0.5, -3 * (int)k + 2), k, N, N);
        try_rank(a, 0, N, N, N);
        try_rank(a, 2.5, 0, N, N);
        if (draw >= 2)
            continue; // the rest asks the same of every draw
        try_rank(a, INFINITY, 0, N, N);
        try_rank(a, -0.0, N, N, N);
        const float far[4] = {0, ldexpf(size, -60), -size, 0}; // any tolerance is meant
        try_rank(far, 0, 2, 2, 2);
        try_rank(far, 0x1p-70, 2, 2, 2);
        try_rank(far, 0x1p-50, 1, 2, 2);
    }
    judge_passed();
}

// A pivot that is exactly the limit is not greater than it.
Test(matrix_rank, not_greater)
{
    try_random_rank(3, 5, 4);
    judge_remark(
        "A pivot counts if its size is greater than the limit, not if it is equal.");
    for (int draw = 0; draw < 4; draw++) {
        const float size = (float)random_between(1, 99);
        const float a[4] = {size, 0, 0, size / 4};
        try_rank(a, 0.25, 1, 2, 2);
        try_rank(a, 0.125, 2, 2, 2);
        try_rank(a, 1, 0, 2, 2);
    }
    judge_passed();
}

// What a float's rounding leaves over is far below the tolerance, and no pivot.
Test(matrix_rank, rounded_products)
{
    for (int draw = 0; draw < 4; draw++) {
        const size_t k = random_between(2, 5), n_rows = 14, n_columns = 11;
        const float *left = normals(n_rows * k), *right = normals(k * n_columns);
        float *a = judge_floats(n_rows * n_columns);
        for (size_t r = 0; r < n_rows; r++)
            for (size_t c = 0; c < n_columns; c++) {
                double sum = 0;
                for (size_t i = 0; i < k; i++)
                    sum += (double)left[r * k + i] * (double)right[i * n_columns + c];
                a[r * n_columns + c] = (float)sum;
            }
        try_rank(a, 1e-5, k, n_rows, n_columns);
    }
    judge_passed();
}

// The same matrix, larger and smaller by a power of two; and what only double holds.
Test(matrix_rank, any_scale)
{
    static const int powers[5] = {-60, -140, 60, 110, 125};
    try_random_rank(3, 6, 5);
    judge_remark("The limit is a share of the first pivot; compute in double.");
    for (int draw = 0; draw < 3; draw++) { // of the ranks 1 and 2, whole below 2^24
        float a[25], b[25];
        size_t left[10], right[10];
        for (size_t k = 0; k < 10; k++) {
            left[k] = random_between(1000, 2800);
            right[k] = random_between(1000, 2800);
        }
        for (size_t k = 0; k < 25; k++) {
            a[k] = (float)(left[k / 5] * right[k % 5]);
            b[k] = a[k] + (float)(left[5 + k / 5] * right[5 + k % 5]);
        }
        try_rank(a, 1e-10, 1, 5, 5);
        try_rank(b, 1e-10, 2, 5, 5);
    }
    for (size_t k = 0; k < 5; k++) {
        const size_t right = random_between(1, 4);
        float *a = of_rank(right, 6, 7);
        for (size_t i = 0; i < 42; i++)
            a[i] = ldexpf(a[i], powers[k]);
        try_rank(a, 1e-6, right, 6, 7);
    }
    const float most[4] = {FLT_MAX, 0, 0, -2e38f};
    try_rank(most, 1e-6, 2, 2, 2);
    const float close[4] = {1, 1, 1, 1 + ldexpf((float)random_between(1, 3), -23)};
    try_rank(close, 1e-12, 2, 2, 2);
    judge_passed();
}

Test(matrix_rank, large_sizes)
{
    try_random_rank(3, 1031, 5);
    try_random_rank(3, 5, 1031);
    try_random_rank(2, 100003, 3);
    try_random_rank(2, 3, 100003);
    try_random_rank(4, 131, 137);
    float *few = judge_floats(97 * 101);
    const size_t step = random_between(2, 90);
    for (size_t i = 0; i < 97; i++)
        few[i * 101 + i * step % 97] = (float)random_between(1, 4);
    try_rank(few, 1e-9, 97, 97, 101);
    float *last = judge_floats(3 * 1009); // only its last rows are not all zeros
    for (size_t i = 0; i < 3; i++)
        last[3 * (1008 - i) + (i + step) % 3] = (float)random_between(1, 4);
    try_rank(last, 1e-9, 3, 1009, 3);
    try_random_rank(31, 31, 31);
    try_random_rank(16, 16, 16);
    judge_passed();
}

static void refuse_rank(const float *values, double tolerance, size_t n, const char *why)
{
    fresh_case();
    const float *a = floats_in(values, n * 4);
    uint32_t *rank = ids_out(1);
    double *room = doubles_out(n * 4);
    judge_room(room, 0);
    expect_refused(CALL(matrix_rank, rank, room, a, tolerance, n, 4), rank, why);
}

Test(matrix_rank, refuses_not_finite)
{
    static const float bad[3] = {NAN, INFINITY, -INFINITY};
    try_random_rank(2, 5, 4);
    for (size_t k = 0; k < 3; k++) {
        const size_t n = random_between(4, 9);
        const size_t at[4] = {0, 2 * n + 1, 4 * n - 1, random_between(0, 4 * n - 1)};
        for (size_t i = 0; i < 4; i++) {
            float *values = normals(4 * n);
            values[at[i]] = bad[k];
            refuse_rank(values, i == 1 ? 0 : 1e-6, n, "an entry is not finite");
        }
        float *zeros = judge_floats(4 * n);
        zeros[4 * n - 1] = bad[k];
        refuse_rank(zeros, 1e-6, n, "an entry is not finite");
        try_random_rank(2, 5, 4);
    }
    judge_passed();
}

Test(matrix_rank, refuses_tolerance)
{
    static const double bad[4] = {NAN, -1, -INFINITY, -1e-300};
    static const char why[] = "tolerance is not at least 0";
    try_random_rank(2, 5, 4);
    for (size_t k = 0; k < 4; k++) {
        refuse_rank(normals(4 * 6), bad[k], 6, why);
        refuse_rank(judge_floats(4 * 6), bad[k], 6, why);
        refuse_rank(NULL, bad[k], 0, why);
        fresh_case(); // rows, and no columns
        uint32_t *rank = ids_out(1);
        double *room = doubles_out(0);
        expect_refused(CALL(matrix_rank, rank, room, floats_in(NULL, 0), bad[k], 4, 0),
                       rank, why);
        try_random_rank(2, 5, 4);
    }
    judge_passed();
}

Test(matrix_rank, zeros_and_nothing)
{
    try_random_rank(random_between(1, 3), 5, 4);
    float *zeros = judge_floats(12);
    zeros[random_between(0, 11)] = -0.0f;
    try_rank(zeros, 0, 0, 3, 4);
    try_rank(zeros, 1e-6, 0, 4, 3);
    try_rank(zeros, 1e-6, 0, 1, 12);
    try_rank(zeros, 1e-6, 0, 12, 1);
    try_rank(zeros, INFINITY, 0, 3, 4); // infinity times 0 is NaN
    try_rank(zeros, 0, 0, 1, 1);
    const float single = -(float)random_between(1, 9);
    try_rank(&single, 0.5, 1, 1, 1);
    try_rank(&single, 1, 0, 1, 1);
    try_rank(zeros, 1e-6, 0, 0, 4);
    try_rank(zeros, 1e-6, 0, 4, 0);
    try_rank(zeros, 0, 0, 0, 0);
    judge_passed();
}

Test(matrix_rank, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_rank(random_between(1, 3), 3, 7);
        try_random_rank(random_between(1, 3), 7, 3);
    }
    judge_passed();
}

// ---- 10.5 random_projection ----------------------------------------------------------

// A sum of n products in double, in any order, is off by n 2^-53 of the sum of their sizes
// (Higham, Accuracy and Stability, sec. 4.2); then the result is rounded once.
static void try_projection(const float *rows, const float *thrown, size_t n_out,
                           size_t n_rows, size_t d)
{
    double *wanted = judge_doubles(n_rows * n_out),
           *allowed = judge_doubles(n_rows * n_out);
    const double root = sqrt((double)n_out);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0, sizes = 0;
            for (size_t i = 0; i < d; i++) {
                const double term = (double)rows[v * d + i] * (double)thrown[j * d + i];
                sum += term;
                sizes += fabs(term);
            }
            wanted[v * n_out + j] = sum / root;
            if (isfinite(sizes))
                allowed[v * n_out + j] = fabs(wanted[v * n_out + j]) * 0x1p-24 +
                                         (double)(d + 4) * 0x1p-52 * sizes + 0x1p-149;
        }
    fresh_case();
    const float *wte = floats_in(rows, n_rows * d), *dice = floats_in(thrown, n_out * d);
    float *out = floats_out(n_rows * n_out);
    expect_accepted(CALL(random_projection, out, wte, dice, n_out, n_rows, d), out);
    expect_floats(out, wanted, allowed, n_rows, n_out);
}

static void try_drawn_projection(size_t n_out, size_t n_rows, size_t d)
{
    try_projection(normals(n_rows * d), normals(n_out * d), n_out, n_rows, d);
}

// twice in the same place
static void try_random_projection(size_t n_out, size_t n_rows, size_t d)
{
    try_drawn_projection(n_out, n_rows, d);
    try_drawn_projection(n_out, n_rows, d);
}

Test(random_projection, worked_example)
{
    static const float row[2] = {3, -1}, dice[8] = {1, 2, 0, -1, 2, 2, 1, 1};
    try_random_projection(3, 4, 2);
    try_projection(row, dice, 4, 1, 2);
    judge_passed();
}

Test(random_projection, random_tables)
{
    try_random_projection(3, 7, 5);
    try_random_projection(9, 4, 6);
    try_random_projection(1, 8, 3);
    try_random_projection(6, 1, 1);
    try_random_projection(5, 5, 5);
    judge_passed();
}

Test(random_projection, sums_in_double)
{
    try_random_projection(3, 4, 5);
    judge_remark(
        "Sum in double, and round once: a float has 24 bits and ends at 3.4e38.");
    for (int draw = 0; draw < 3; draw++) {
        float *rows = normals(4 * 3), *dice = normals(2 * 3);
        for (size_t v = 0; v < 4; v++) {
            rows[3 * v] = 1e8f;
            rows[3 * v + 2] = -1e8f;
        }
        for (size_t j = 0; j < 2; j++)
            dice[3 * j + 2] = dice[3 * j] = 1;
        try_projection(rows, dice, 2, 4, 3);
        for (size_t k = 0; k < 12; k++)
            rows[k] = ldexpf((float)random_between(1, 9), k % 2 == 0 ? 120 : -120);
        for (size_t k = 0; k < 6; k++)
            dice[k] = ldexpf(k % 3 == 0 ? 1 : -1, (int)random_between(0, 4));
        dice[2] = -dice[0];
        rows[2] = rows[0];
        try_projection(rows, dice, 2, 4, 3);
    }
    float *large = judge_floats(4 * 2), *level = judge_floats(4 * 2);
    for (size_t k = 0; k < 8; k++) { // a sum of up to 4.4e38, and half of it
        large[k] = 2e38f + 2e36f * (float)random_between(0, 9);
        level[k] = 1;
    }
    try_projection(large, level, 4, 4, 2);
    judge_passed();
}

// A NaN is in all numbers of its own row, and in no other; and small rows are rows.
Test(random_projection, any_numbers)
{
    try_random_projection(3, 4, 5);
    judge_remark(
        "There is no bad input: each row is projected by itself, whatever it holds.");
    for (int draw = 0; draw < 3; draw++) {
        float *rows = normals(7 * 5);
        rows[5 * random_between(0, 6) + random_between(0, 4)] = NAN;
        try_projection(rows, normals(3 * 5), 3, 7, 5);
        for (size_t i = 0; i < 35; i++)
            rows[i] = ldexpf((float)random_normal(), -100 - 15 * draw);
        try_projection(rows, normals(3 * 5), 3, 7, 5);
    }
    float *faint = normals(3 * 5); // and so are small dice
    for (size_t i = 0; i < 15; i++)
        faint[i] = ldexpf(faint[i], -130);
    try_projection(normals(7 * 5), faint, 3, 7, 5);
    float *dice = normals(3 * 5); // a NaN of the dice is in one number of each row
    dice[random_between(0, 14)] = NAN;
    try_projection(normals(7 * 5), dice, 3, 7, 5);
    judge_passed();
}

Test(random_projection, large_sizes)
{
    try_drawn_projection(2, 70001, 2);
    try_drawn_projection(70001, 1, 1);
    try_drawn_projection(1, 2, 100003);
    try_drawn_projection(67, 29, 65);
    for (size_t n = 15; n < 25; n++) // what a block of any size leaves over
        try_drawn_projection(n, n % 3 + 1, 39 - n);
    judge_passed();
}

Test(random_projection, sizes_of_zero)
{
    try_random_projection(random_between(2, 4), 3, 5);
    try_random_projection(3, 4, 0);
    for (int k = 0; k < 2; k++) {
        fresh_case();
        const float *wte = floats_in(normals(20), 20), *dice = floats_in(normals(20), 20);
        float *out = floats_out(12);
        expect(CALL(random_projection, out, wte, dice, k == 0 ? 0 : 3, k == 0 ? 4 : 0, 5),
               "random_projection must return true: there is nothing to do.");
        expect(is_untouched(out), "random_projection wrote something although there is "
                                  "nothing to do.");
    }
    judge_passed();
}

Test(random_projection, stays_in_bounds)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_random_projection(random_between(2, 5), 3, 7);
    }
    judge_passed();
}
