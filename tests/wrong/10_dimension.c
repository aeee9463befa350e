// Wrong answers to the exercises of chapter 10, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COST(name)                                                                       \
    bool name(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens, uint64_t vocab_size,  \
              uint64_t d_model, uint64_t bits)
#define CIRCLE(name)                                                                     \
    bool name(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
#define REACHABLE(name)                                                                  \
    bool name(uint32_t *reachable, const float *lm_head, size_t vocab_size,              \
              size_t d_model)
#define RANK(name)                                                                       \
    bool name(uint32_t *rank, double *room, const float *a, double tolerance,            \
              size_t n_rows, size_t n_columns)
#define PROJECTION(name)                                                                 \
    bool name(float *out, const float *wte, const float *dice, size_t n_out,             \
              size_t vocab_size, size_t d_model)

// ---------------------------------------------------------------------------- 10.1 table_cost

static bool fits(uint64_t *product, uint64_t a, uint64_t b)
{
    if (a != 0 && b > UINT64_MAX / a)
        return false;
    *product = a * b;
    return true;
}

enum {
    NO_PADDING = 1,
    PAD_TABLE = 2,
    PAD_DOWN = 4,
    FLOPS_ONCE = 8,
    ONE_TOKEN = 16,
    ANY_BITS = 32,
    NO_CHECK = 64,
    NO_ZEROS = 128,
    BITS_FIRST = 256,
    BYTES_ONLY = 512,
    STRICT_LIMIT = 1024,
    WRITES_FIRST = 2048,
    FLOPS_UNCHECKED = 4096,
    NO_HIGH_BITS = 8192
};

static bool cost(uint64_t *bytes, uint64_t *flops, const uint64_t s[4], int how)
{
    const uint64_t n_tokens = how & ONE_TOKEN ? 1 : s[0], vocab_size = s[1],
                   d_model = s[2];
    const uint64_t bits = s[3];
    uint64_t row = 0, table = 0, work = 0;
    if (!(how & ANY_BITS) && (bits < 1 || (bits > 64 && !(how & NO_HIGH_BITS))))
        return false;
    if (how & NO_CHECK) {
        *bytes = (d_model * bits + 7) / 8 * vocab_size;
        *flops = 2 * n_tokens * vocab_size * d_model;
        return true;
    }
    if (how & BITS_FIRST) {
        if (!fits(&row, d_model, bits) || row > UINT64_MAX - 7 ||
            !fits(&table, (row + 7) / 8, vocab_size))
            return false;
    } else if (vocab_size > 0 || (how & NO_ZEROS)) {
        uint64_t rest = (d_model % 8 * bits + 7) / 8;
        rest = how & PAD_DOWN ? d_model % 8 * bits / 8 : rest;
        if (!fits(&row, d_model / 8, bits) || row > UINT64_MAX - rest ||
            !fits(&table, row + rest, vocab_size))
            return false;
    }
    if (how & NO_PADDING)
        table = vocab_size * d_model * bits / 8;
    if (how & PAD_TABLE)
        table = (vocab_size * d_model * bits + 7) / 8;
    if ((how & STRICT_LIMIT) && row > 0 && table / 2 > UINT64_MAX / 4)
        return false;
    if (how & WRITES_FIRST)
        *bytes = table;
    if (how & FLOPS_UNCHECKED)
        work = 2 * n_tokens * vocab_size * d_model;
    else if ((how & NO_ZEROS) || (n_tokens > 0 && vocab_size > 0 && d_model > 0))
        if (!fits(&work, vocab_size, d_model) || !fits(&work, work, n_tokens) ||
            !fits(&work, work, 2))
            return false;
    *bytes = table;
    if (!(how & BYTES_ONLY))
        *flops = how & FLOPS_ONCE ? work / 2 : work;
    return true;
}

#define COST_SO(name, how)                                                               \
    COST(name)                                                                           \
    {                                                                                    \
        return cost(bytes, flops,                                                        \
                    (const uint64_t[]){n_tokens, vocab_size, d_model, bits}, how);       \
    }

WRONG(table_cost, worked_example, one_flop,
      "A number of the head takes two FLOPs: a multiplication and an addition.")
COST_SO(one_flop, FLOPS_ONCE)

WRONG(table_cost, worked_example, one_token_only,
      "These are the FLOPs of one token: multiply by n_tokens.")
COST_SO(one_token_only, ONE_TOKEN)

CAUGHT(table_cost, worked_example, bytes_only, "*flops was never written")
COST_SO(bytes_only, BYTES_ONLY)

WRONG(table_cost, random_sizes, bits_for_bytes,
      "These are bits, not bytes: a byte has 8 of them.")
COST(bits_for_bytes)
{
    return cost(bytes, flops, (const uint64_t[]){n_tokens, vocab_size, d_model * 8, bits},
                FLOPS_UNCHECKED) &&
           cost(&(uint64_t){0}, flops,
                (const uint64_t[]){n_tokens, vocab_size, d_model, bits}, 0);
}

WRONG(table_cost, the_limit, refused_as_double,
      "Results just below 2^64 are refused: a double, of 53 bits, does not know whether "
      "they "
      "fit. Ask with a division of whole numbers.")
COST(refused_as_double)
{
    const double row = ceil((double)d_model * (double)bits / 8.0);
    if (row * (double)vocab_size >= 0x1p64 ||
        2.0 * (double)n_tokens * (double)vocab_size * (double)d_model >= 0x1p64)
        return false;
    return table_cost(bytes, flops, n_tokens, vocab_size, d_model, bits);
}

WRONG(table_cost, random_sizes, four_bytes,
      "Each number is counted with 4 bytes, whatever `bits` is.")
COST(four_bytes)
{
    return bits >= 1 && bits <= 64 &&
           cost(bytes, flops, (const uint64_t[]){n_tokens, vocab_size, d_model, 32}, 0);
}

WRONG(table_cost, random_sizes, squared_width,
      "The head multiplies each of its V x d numbers once a token, not V x d x d times.")
COST(squared_width)
{
    uint64_t work;
    if (!cost(bytes, &work, (const uint64_t[]){n_tokens, vocab_size, d_model, bits}, 0))
        return false;
    *flops = work * d_model;
    return true;
}

WRONG(table_cost, the_limit, no_check,
      "A product wraps around and looks small: ask by a division whether it fits.")
COST_SO(no_check, NO_CHECK)

WRONG(table_cost, rows_of_whole_bytes, padded_table,
      "The table is rounded up to whole bytes, and each of its rows should be.")
COST_SO(padded_table, PAD_TABLE)

WRONG(table_cost, rows_of_whole_bytes, padded_down,
      "A row is rounded down to whole bytes: its last numbers have no room.")
COST_SO(padded_down, PAD_DOWN)

CAUGHT(table_cost, rows_of_whole_bytes, not_padded, "*bytes: got")
COST_SO(not_padded, NO_PADDING)

WRONG(table_cost, rows_of_whole_bytes, bytes_a_number,
      "Each number is rounded up to whole bytes: they stand close together, only rows do "
      "not.")
COST(bytes_a_number)
{
    return bits >= 1 && bits <= 64 &&
           cost(bytes, flops,
                (const uint64_t[]){n_tokens, vocab_size, d_model, (bits + 7) / 8 * 8}, 0);
}

WRONG(table_cost, beyond_32_bits, in_int,
      "The sizes are multiplied in 32 bits: use uint64_t all the way.")
COST(in_int)
{
    if (bits < 1 || bits > 64)
        return false;
    *bytes = (uint32_t)((uint32_t)(d_model * bits + 7) / 8 * (uint32_t)vocab_size);
    *flops = (uint32_t)(2 * n_tokens * vocab_size * d_model);
    return true;
}

WRONG(table_cost, beyond_32_bits, in_float_numbers,
      "The results are computed in double, which has only 53 bits.")
COST(in_float_numbers)
{
    const double row = ceil((double)d_model * (double)bits / 8);
    const double work = 2.0 * (double)n_tokens * (double)vocab_size * (double)d_model;
    if (bits < 1 || bits > 64 || row * (double)vocab_size >= 18446744073709551616.0 ||
        work >= 18446744073709551616.0)
        return false;
    *bytes = (uint64_t)(row * (double)vocab_size);
    *flops = (uint64_t)work;
    return true;
}

WRONG(table_cost, sizes_of_zero, zeros_too_late,
      "Refused because two sizes do not fit together, although a third one is 0.")
COST_SO(zeros_too_late, NO_ZEROS)

WRONG(table_cost, large_on_the_way, all_bits_first,
      "d_model * bits is asked to fit in 64 bits, and only the bytes have to.")
COST_SO(all_bits_first, BITS_FIRST)

CAUGHT(table_cost, large_on_the_way, seven_too_many, "*bytes: got")
COST(seven_too_many)
{
    uint64_t all, table;
    if (bits < 1 || bits > 64 || !fits(&all, d_model, bits))
        return cost(bytes, flops, (const uint64_t[]){n_tokens, vocab_size, d_model, bits},
                    0);
    if (!fits(&table, (all + 7) / 8, vocab_size) ||
        !cost(bytes, flops, (const uint64_t[]){n_tokens, vocab_size, d_model, bits}, 0))
        return false;
    *bytes = table;
    return true;
}

WRONG(table_cost, large_on_the_way, signed_limit,
      "Refused above 2^63 - 1: the results are unsigned, and go to 2^64 - 1.")
COST(signed_limit)
{
    uint64_t table, work;
    if (!cost(&table, &work, (const uint64_t[]){n_tokens, vocab_size, d_model, bits},
              0) ||
        table > INT64_MAX || work > INT64_MAX)
        return false;
    *bytes = table;
    *flops = work;
    return true;
}

WRONG(table_cost, the_limit, flops_unchecked,
      "FLOPs of 2^64 or more are accepted: ask in whole numbers, as for the bytes.")
COST_SO(flops_unchecked, FLOPS_UNCHECKED)

CAUGHT(table_cost, refuses_overflow, writes_before_asking, "table_cost")
COST_SO(writes_before_asking, WRITES_FIRST)

CAUGHT(table_cost, refuses_overflow, smaller_than_before, "must return false")
COST(smaller_than_before)
{
    const uint64_t row = d_model / 8 * bits + (d_model % 8 * bits + 7) / 8;
    const uint64_t table = row * vocab_size, work = 2 * n_tokens * vocab_size * d_model;
    if (bits < 1 || bits > 64 ||
        (vocab_size > 0 && d_model > 0 && (table < row || table < vocab_size)) ||
        (n_tokens > 0 && vocab_size > 0 && d_model > 0 &&
         (work < n_tokens || work < d_model)))
        return false;
    *bytes = table;
    *flops = work;
    return true;
}

WRONG(table_cost, sizes_of_zero, zeros_refused,
      "A size of 0 is no error: the product is 0.")
COST(zeros_refused)
{
    return n_tokens > 0 && vocab_size > 0 && d_model > 0 &&
           cost(bytes, flops, (const uint64_t[]){n_tokens, vocab_size, d_model, bits}, 0);
}

CAUGHT(table_cost, refuses_bits, any_bits, "bits is not 1 to 64")
COST_SO(any_bits, ANY_BITS)

CAUGHT(table_cost, refuses_bits, many_bits, "bits is not 1 to 64")
COST_SO(many_bits, NO_HIGH_BITS)

CAUGHT(table_cost, refuses_bits, bits_in_a_byte, "bits is not 1 to 64")
COST(bits_in_a_byte)
{
    return cost(bytes, flops,
                (const uint64_t[]){n_tokens, vocab_size, d_model,
                                   (uint8_t)bits ? (uint8_t)bits : bits},
                0);
}

WRONG(
    table_cost, refuses_overflow, wraps_at_128_bits,
    "The products are made in 128 bits, and four sizes of 64 need more: they wrap there.")
COST(wraps_at_128_bits)
{
    typedef unsigned __int128 wide;
    const wide table = ((wide)d_model * bits + 7) / 8 * vocab_size;
    const wide work = (wide)2 * n_tokens * vocab_size * d_model;
    if (bits < 1 || bits > 64 || table > UINT64_MAX || work > UINT64_MAX)
        return false;
    *bytes = (uint64_t)table;
    *flops = (uint64_t)work;
    return true;
}

CAUGHT(table_cost, refuses_overflow, flops_before_bytes, "wrote to flops")
COST(flops_before_bytes)
{
    uint64_t work = 0;
    if (bits < 1 || bits > 64)
        return false;
    if (n_tokens == 0 || (fits(&work, vocab_size, d_model) && fits(&work, work, 2) &&
                          fits(&work, work, n_tokens)))
        *flops = work;
    return table_cost(bytes, flops, n_tokens, vocab_size, d_model, bits);
}

WRONG(table_cost, the_limit, compared_as_double,
      "FLOPs of 2^64 or more are accepted: ask in whole numbers, as for the bytes.")
COST(compared_as_double)
{
    uint64_t table, work;
    if (!table_cost(&table, &work, 0, vocab_size, d_model, bits) ||
        2.0 * (double)n_tokens * (double)vocab_size * (double)d_model >
            (double)UINT64_MAX)
        return false;
    *bytes = table;
    *flops = 2 * n_tokens * vocab_size * d_model;
    return true;
}

// -------------------------------------------------------------------------- 10.2 circle_model

enum {
    INVERSE = 1,
    SWAPPED = 2,
    CLOCKWISE = 4,
    DEGREES = 8,
    FLOAT_ANGLE = 16,
    ONE_LESS = 32,
    FROM_ONE = 64,
    SAME_ROWS = 128,
    SHORT_PI = 256,
    TURNED_ON = 512,
    HALF = 1024
};

static void draw_circle(float *wte, float *lm_head, const uint32_t *next, size_t n,
                        int how)
{
    const double turn = how & SHORT_PI  ? 2 * 3.1416
                        : how & DEGREES ? 360
                        : how & HALF    ? acos(-1)
                                        : 2 * acos(-1);
    float x = 1, y = 0;
    for (size_t v = 0; v < n; v++) {
        const double k = (double)(how & FROM_ONE ? v + 1 : v);
        double angle = turn * k / (double)(how & ONE_LESS && n > 1 ? n - 1 : n);
        if (how & FLOAT_ANGLE)
            angle = (double)((float)turn * (float)v / (float)n);
        float c = (float)cos(angle), s = (float)sin(angle);
        if (how & TURNED_ON) {
            const float a = (float)cos(turn / (double)n),
                        b = (float)sin(turn / (double)n);
            c = x, s = y;
            x = a * c - b * s;
            y = b * c + a * s;
        }
        lm_head[2 * v] = how & SWAPPED ? s : c;
        lm_head[2 * v + 1] = how & SWAPPED ? c : how & CLOCKWISE ? -s : s;
    }
    if (how & INVERSE)
        memset(wte, 0, 2 * n * sizeof *wte);
    for (size_t v = 0; v < n; v++) {
        const size_t from = how & INVERSE || how & SAME_ROWS ? v : next[v];
        const size_t to = how & INVERSE ? next[v] : v;
        wte[2 * to] = lm_head[2 * from];
        wte[2 * to + 1] = lm_head[2 * from + 1];
    }
}

static bool bad_next(const uint32_t *next, size_t n)
{
    for (size_t v = 0; v < n; v++)
        if (next[v] >= n)
            return true;
    return false;
}

#define CIRCLE_SO(name, how)                                                             \
    CIRCLE(name)                                                                         \
    {                                                                                    \
        if (bad_next(next, vocab_size))                                                  \
            return false;                                                                \
        draw_circle(wte, lm_head, next, vocab_size, how);                                \
        return true;                                                                     \
    }

WRONG(circle_model, worked_example, points_back,
      "Row next[v] gets the place of v: these are the words that come before.")
CIRCLE_SO(points_back, INVERSE)

WRONG(circle_model, worked_example, points_at_itself,
      "After each word the word itself wins: the input row of v is output row next[v].")
CIRCLE_SO(points_at_itself, SAME_ROWS)

WRONG(circle_model, worked_example, sine_first,
      "Sine and cosine are swapped: word 0 stands at (1, 0).")
CIRCLE_SO(sine_first, SWAPPED)

WRONG(circle_model, worked_example, clockwise,
      "The circle is walked the other way: from (1, 0) towards (0, 1).")
CIRCLE_SO(clockwise, CLOCKWISE)

WRONG(circle_model, random_followers, degrees,
      "cos and sin take the angle in radians: a turn is 2 pi, not 360.")
CIRCLE_SO(degrees, DEGREES)

WRONG(circle_model, random_followers, one_less,
      "The angles are divided by V - 1: the last word falls upon the first.")
CIRCLE_SO(one_less, ONE_LESS)

WRONG(circle_model, random_followers, from_one,
      "The words are counted from 1: word 0 stands at the angle 0.")
CIRCLE_SO(from_one, FROM_ONE)

WRONG(circle_model, random_followers, half_a_circle,
      "The words stand on half a circle: a turn is 2 pi.")
CIRCLE_SO(half_a_circle, HALF)

CAUGHT(circle_model, right_word_wins, all_one_place, "must have the greatest logit")
CIRCLE(all_one_place)
{
    for (size_t v = 0; v < vocab_size; v++) {
        wte[2 * v] = lm_head[2 * v] = 1;
        wte[2 * v + 1] = lm_head[2 * v + 1] = 0;
    }
    return !bad_next(next, vocab_size);
}

WRONG(circle_model, large_sizes, float_angles,
      "The angle is a float: compute it in double, and round cosine and sine.")
CIRCLE_SO(float_angles, FLOAT_ANGLE)

WRONG(circle_model, large_sizes, turned_on,
      "Each row is turned on from the one before, in float, and the errors add up.")
CIRCLE_SO(turned_on, TURNED_ON)

WRONG(circle_model, large_sizes, short_pi,
      "Pi is 3.14159265...: acos(-1.0) has all of it.")
CIRCLE_SO(short_pi, SHORT_PI)

CAUGHT(circle_model, large_sizes, on_the_stack, "circle_model")
CIRCLE(on_the_stack)
{
    static float rows[2 * 40000];
    if (bad_next(next, vocab_size))
        return false;
    draw_circle(wte, lm_head, next, vocab_size, 0);
    memcpy(rows, lm_head, 2 * (vocab_size < 40000 ? vocab_size : 40000) * sizeof *rows);
    for (size_t v = 40000; v < vocab_size; v++)
        lm_head[2 * v] = rows[2 * (v % 40000)];
    return true;
}

CAUGHT(circle_model, refuses_bad_next, checks_as_it_goes, "must stay untouched")
CIRCLE(checks_as_it_goes)
{
    uint32_t *none = calloc(vocab_size + 1, sizeof *none);
    draw_circle(wte, lm_head, none, vocab_size, 0);
    free(none);
    for (size_t v = 0; v < vocab_size; v++) {
        if (next[v] >= vocab_size)
            return false;
        wte[2 * v] = lm_head[2 * (size_t)next[v]];
        wte[2 * v + 1] = lm_head[2 * (size_t)next[v] + 1];
    }
    return true;
}

CAUGHT(circle_model, refuses_bad_next, one_too_many, "a next[v] is not below vocab_size")
CIRCLE(one_too_many)
{
    uint32_t *cut = calloc(vocab_size + 1, sizeof *cut);
    for (size_t v = 0; v < vocab_size; v++) {
        cut[v] = next[v] % (uint32_t)vocab_size;
        if (next[v] > vocab_size) {
            free(cut);
            return false;
        }
    }
    draw_circle(wte, lm_head, cut, vocab_size, 0);
    free(cut);
    return true;
}

CAUGHT(circle_model, refuses_bad_next, as_signed, "a next[v] is not below vocab_size")
CIRCLE(as_signed)
{
    uint32_t *cut = calloc(vocab_size + 1, sizeof *cut);
    bool good = true;
    for (size_t v = 0; v < vocab_size; v++) {
        good = good && (int32_t)next[v] < (int32_t)vocab_size;
        cut[v] = next[v] < vocab_size ? next[v] : 0;
    }
    if (good)
        draw_circle(wte, lm_head, cut, vocab_size, 0);
    free(cut);
    return good;
}

CAUGHT(circle_model, one_word_or_none, refuses_few, "circle_model")
CIRCLE(refuses_few)
{
    if (vocab_size < 2 || bad_next(next, vocab_size))
        return false;
    draw_circle(wte, lm_head, next, vocab_size, 0);
    return true;
}

CAUGHT(circle_model, stays_in_bounds, one_row_more, "past the end of")
CIRCLE(one_row_more)
{
    if (bad_next(next, vocab_size))
        return false;
    draw_circle(wte, lm_head, next, vocab_size, 0);
    if (vocab_size > 0)
        lm_head[2 * vocab_size] = lm_head[0];
    return true;
}

// ----------------------------------------------------------------------- 10.3 reachable_words

struct point {
    double x, y;
};

static double cross(struct point a, struct point b)
{
    return a.x * b.y - a.y * b.x;
}

static double along(struct point a, struct point b)
{
    return a.x * b.x + a.y * b.y;
}

enum {
    LEVEL = 1, // ties win
    EQUAL_SKIPPED = 2,
    ONE_NUMBER = 4, // only the first number counts
    IN_FLOATS = 8,
    OPPOSITE_OK = 16,
    SLACK = 32,
    FIRST_EQUAL = 64,
    SIDE_OK = 128
};

static struct point seen(const float *rows, size_t w, size_t v, size_t d, int how)
{
    struct point x = {(double)rows[w * d] - (double)rows[v * d], 0};
    if (d > 1 && !(how & ONE_NUMBER))
        x.y = (double)rows[w * d + 1] - (double)rows[v * d + 1];
    return x;
}

static double turn_from(struct point a, struct point b, int how)
{
    const double turn = how & IN_FLOATS ? (double)((float)a.x * (float)b.y) -
                                              (double)((float)a.y * (float)b.x)
                                        : cross(a, b);
    return how & SLACK && fabs(turn) < 1e-9 ? 0 : turn;
}

static bool can(const float *rows, size_t v, size_t n, size_t d, int how)
{
    struct point first = {0, 0}, left = first, right = first;
    bool any = false;
    for (size_t w = 0; w < n; w++) {
        const struct point x = seen(rows, w, v, d, how);
        if (w == v)
            continue;
        if (x.x == 0 && x.y == 0) {
            if (how & EQUAL_SKIPPED || (how & FIRST_EQUAL && w > v))
                continue;
            return false;
        }
        if (!any)
            first = left = right = x;
        any = true;
        const double turn = turn_from(first, x, how);
        if (turn == 0 && along(first, x) < 0 && !(how & SIDE_OK))
            return false;
        if (turn > 0 && turn_from(left, x, how) > 0)
            left = x;
        if (turn < 0 && turn_from(right, x, how) < 0)
            right = x;
    }
    const double wide = turn_from(right, left, how);
    return !any || wide > 0 ||
           (wide == 0 && (along(right, left) > 0 || how & SIDE_OK || how & OPPOSITE_OK));
}

#define REACHABLE_SO(name, how)                                                          \
    REACHABLE(name)                                                                      \
    {                                                                                    \
        if (d_model != 1 && d_model != 2)                                                \
            return false;                                                                \
        for (size_t v = 0; v < vocab_size; v++)                                          \
            reachable[v] = can(lm_head, v, vocab_size, d_model, how);                    \
        return true;                                                                     \
    }

WRONG(reachable_words, one_dimension, only_the_largest,
      "With one number the smallest wins too, for a hidden state below 0.")
REACHABLE(only_the_largest)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        reachable[v] = can(lm_head, v, vocab_size, d_model, 0);
        for (size_t w = 0; w < vocab_size && d_model == 1; w++)
            if (lm_head[w] > lm_head[v])
                reachable[v] = 0;
    }
    return true;
}

WRONG(reachable_words, worked_example, longest_rows,
      "These words have the greatest length; the hull may turn at a short row too.")
REACHABLE(longest_rows)
{
    double most = 0;
    if (d_model != 1 && d_model != 2)
        return false;
    for (int round = 0; round < 2; round++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float *row = lm_head + v * d_model;
            const double y = d_model > 1 ? (double)row[1] : 0;
            const double length = (double)row[0] * (double)row[0] + y * y;
            reachable[v] = length >= most && round > 0;
            most = length > most ? length : most;
        }
    return true;
}

WRONG(reachable_words, worked_example, own_direction,
      "Each word is tried with its own row as the hidden state; another state may do.")
REACHABLE(own_direction)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        reachable[v] = 1;
        for (size_t w = 0; w < vocab_size; w++) {
            double lead = 0;
            for (size_t i = 0; i < d_model; i++)
                lead +=
                    (double)lm_head[v * d_model + i] *
                    ((double)lm_head[v * d_model + i] - (double)lm_head[w * d_model + i]);
            if (w != v && !(lead > 0))
                reachable[v] = 0;
        }
    }
    return true;
}

static void from_states(uint32_t *reachable, const float *rows, size_t n, size_t d,
                        size_t n_states)
{
    memset(reachable, 0, n * sizeof *reachable);
    for (size_t k = 0; k < n_states; k++) {
        const double angle = 2 * acos(-1) * ((double)k + 0.37) / (double)n_states;
        size_t best = 0;
        double most = -INFINITY, second = -INFINITY;
        for (size_t v = 0; v < n; v++) {
            const double logit = cos(angle) * (double)rows[v * d] +
                                 (d > 1 ? sin(angle) * (double)rows[v * d + 1] : 0);
            second = logit > most ? most : logit > second ? logit : second;
            best = logit > most ? v : best;
            most = logit > most ? logit : most;
        }
        if (n > 0 && most > second)
            reachable[best] = 1;
    }
}

WRONG(reachable_words, random_heads, a_hundred_arrows,
      "Only so many arrows were tried: a word may win for one between two of them.")
REACHABLE(a_hundred_arrows)
{
    if (d_model != 1 && d_model != 2)
        return false;
    from_states(reachable, lm_head, vocab_size, d_model, 100);
    return true;
}

WRONG(reachable_words, random_heads, boxes,
      "Only some directions are tried, or the axes alone: a corner may win between them.")
REACHABLE(boxes)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        reachable[v] = 0;
        for (size_t i = 0; i < d_model; i++) {
            bool most = true, least = true;
            for (size_t w = 0; w < vocab_size; w++) {
                most = most &&
                       (w == v || lm_head[w * d_model + i] < lm_head[v * d_model + i]);
                least = least &&
                        (w == v || lm_head[w * d_model + i] > lm_head[v * d_model + i]);
            }
            reachable[v] |= most || least;
        }
    }
    return true;
}

WRONG(reachable_words, round_heads, eight_arrows,
      "Only some directions are tried, or the axes alone: a corner may win between them.")
REACHABLE(eight_arrows)
{
    if (d_model != 1 && d_model != 2)
        return false;
    from_states(reachable, lm_head, vocab_size, d_model, 8);
    return true;
}

WRONG(reachable_words, round_heads, a_thousand_arrows,
      "A thousand arrows were tried: a flat corner wins only between two of them.")
REACHABLE(a_thousand_arrows)
{
    if (d_model != 1 && d_model != 2)
        return false;
    from_states(reachable, lm_head, vocab_size, d_model, 1000);
    if (vocab_size == 1)
        reachable[0] = 1;
    return true;
}

CAUGHT(reachable_words, one_dimension, two_numbers_always, "past the end of")
REACHABLE(two_numbers_always)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can(lm_head, v, d_model == 1 ? vocab_size / 2 : vocab_size, 2, 0);
    return true;
}

WRONG(reachable_words, equal_rows, twins_win,
      "A word with the same row as another one is level with it, whatever the state.")
REACHABLE_SO(twins_win, EQUAL_SKIPPED)

WRONG(reachable_words, equal_rows, first_twin_wins,
      "Of two equal rows the first wins here; strictly greater means neither.")
REACHABLE_SO(first_twin_wins, FIRST_EQUAL)

WRONG(reachable_words, on_a_side, sides_win,
      "A word on a side of the hull is counted: it is level with both corners at best.")
REACHABLE_SO(sides_win, SIDE_OK)

CAUGHT(reachable_words, on_a_side, flat_hulls, "reachable")
REACHABLE(flat_hulls)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can(lm_head, v, vocab_size, d_model, 0);
    // all on one line: called a hull without corners
    for (size_t v = 2; v < vocab_size; v++) {
        const struct point a = seen(lm_head, 1, 0, d_model, 0);
        const struct point b = seen(lm_head, v, 0, d_model, 0);
        if (d_model == 1 || cross(a, b) != 0)
            return true;
    }
    if (vocab_size > 2)
        memset(reachable, 0, vocab_size * sizeof *reachable);
    return true;
}

WRONG(reachable_words, any_scale, float_products,
      "The cross product is made of floats, whose rounding decides nearly flat corners.")
REACHABLE_SO(float_products, IN_FLOATS)

WRONG(reachable_words, any_scale, some_slack,
      "Small cross products count as 0: rows may be small, and then all of them are.")
REACHABLE_SO(some_slack, SLACK)

CAUGHT(reachable_words, large_sizes, first_thousand, "reachable")
REACHABLE(first_thousand)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can(lm_head, v, vocab_size < 1024 || v >= 1024 ? vocab_size : 1024,
                           d_model, 0);
    return true;
}

CAUGHT(reachable_words, refuses_widths, any_width, "d_model is neither 1 nor 2")
REACHABLE(any_width)
{
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] =
            d_model > 0 && d_model < 100 && can(lm_head, v, vocab_size, d_model, 0);
    return true;
}

CAUGHT(reachable_words, refuses_widths, up_to_two, "d_model is neither 1 nor 2")
REACHABLE(up_to_two)
{
    if (d_model > 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = d_model > 0 && can(lm_head, v, vocab_size, d_model, 0);
    return true;
}

CAUGHT(reachable_words, few_words, alone_loses, "reachable")
REACHABLE(alone_loses)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = vocab_size > 1 && can(lm_head, v, vocab_size, d_model, 0);
    return true;
}

CAUGHT(reachable_words, few_words, nothing_refused, "must return true")
REACHABLE(nothing_refused)
{
    if (vocab_size == 0 || (d_model != 1 && d_model != 2))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can(lm_head, v, vocab_size, d_model, 0);
    return true;
}

CAUGHT(reachable_words, stays_in_bounds, closes_the_band, "past the end of")
REACHABLE(closes_the_band)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can(lm_head, v, vocab_size, d_model, 0);
    if (vocab_size > 0)
        reachable[vocab_size] = reachable[0];
    return true;
}

CAUGHT(reachable_words, equal_rows, bits_compared, "reachable")
REACHABLE(bits_compared)
{
    if (!reachable_words(reachable, lm_head, vocab_size, d_model))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t w = 0; w < v; w++) {
            const float *a = lm_head + v * d_model, *b = lm_head + w * d_model;
            const bool equal = a[0] == b[0] && a[d_model - 1] == b[d_model - 1];
            if (equal && memcmp(a, b, d_model * sizeof *a) != 0)
                reachable[v] = reachable[w] = 1; // 0 and -0
        }
    return true;
}

static int by_angle(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

// true: seen from row v, the angle that holds no other row is greater than `least`
static bool has_gap(const float *lm_head, size_t v, size_t n, size_t d, double least)
{
    double *angles = malloc((n + 1) * sizeof *angles), gap = 7.0;
    size_t k = 0;
    bool equal = false;
    for (size_t w = 0; w < n; w++) {
        const double x = (double)lm_head[w * d] - (double)lm_head[v * d];
        const double y =
            d > 1 ? (double)lm_head[w * d + 1] - (double)lm_head[v * d + 1] : 0.0;
        equal = equal || (w != v && x == 0.0 && y == 0.0);
        if (w != v)
            angles[k++] = atan2(y, x);
    }
    qsort(angles, k, sizeof *angles, by_angle);
    if (k > 0)
        gap = angles[0] + 2.0 * acos(-1.0) - angles[k - 1];
    for (size_t j = 1; j < k; j++)
        gap = angles[j] - angles[j - 1] > gap ? angles[j] - angles[j - 1] : gap;
    free(angles);
    return !equal && gap > least;
}

WRONG(reachable_words, any_scale, angles_with_slack,
      "Angles are compared with some slack, and a corner may be flatter than that.")
REACHABLE(angles_with_slack)
{
    if (vocab_size > 200 || (d_model != 1 && d_model != 2))
        return reachable_words(reachable, lm_head, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = has_gap(lm_head, v, vocab_size, d_model, acos(-1.0) + 1e-12);
    return true;
}

WRONG(reachable_words, on_a_side, angles_rounded,
      "Angles are rounded, and half a turn is not always exactly half a turn then.")
REACHABLE(angles_rounded)
{
    if (vocab_size > 200 || (d_model != 1 && d_model != 2))
        return reachable_words(reachable, lm_head, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = has_gap(lm_head, v, vocab_size, d_model, acos(-1.0));
    return true;
}

WRONG(reachable_words, any_scale, float_differences,
      "The differences are floats: between two numbers of 24 bits they need 25.")
REACHABLE(float_differences)
{
    if (vocab_size > 200 || (d_model != 1 && d_model != 2)) // n n steps a word
        return reachable_words(reachable, lm_head, vocab_size, d_model);
    float *seen = malloc((2 * vocab_size + 1) * sizeof *seen);
    uint32_t *wins = malloc((vocab_size + 1) * sizeof *wins);
    for (size_t v = 0; v < vocab_size; v++) {
        for (size_t w = 0; w < vocab_size; w++)
            for (size_t i = 0; i < 2; i++)
                seen[2 * w + i] =
                    i < d_model ? lm_head[w * d_model + i] - lm_head[v * d_model + i]
                                : 0.0f;
        reachable_words(wins, seen, vocab_size, 2);
        reachable[v] = wins[v];
    }
    free(seen);
    free(wins);
    return true;
}

WRONG(reachable_words, one_dimension, below_zero_loses,
      "With one number, if all are below 0 the greatest wins too: for any h above 0.")
REACHABLE(below_zero_loses)
{
    const bool good = reachable_words(reachable, lm_head, vocab_size, d_model);
    for (size_t v = 0; good && d_model == 1 && vocab_size > 1 && v < vocab_size; v++) {
        bool most = lm_head[v] < 0.0f;
        for (size_t w = 0; w < vocab_size; w++)
            most = most && lm_head[w] <= lm_head[v];
        reachable[v] = reachable[v] && !most;
    }
    return good;
}

WRONG(reachable_words, one_dimension, all_level_first_wins,
      "If all numbers are equal all words are level, and none of them wins.")
REACHABLE(all_level_first_wins)
{
    const bool good = reachable_words(reachable, lm_head, vocab_size, d_model);
    bool level = good && d_model == 1 && vocab_size > 1;
    for (size_t v = 1; level && v < vocab_size; v++)
        level = lm_head[v] == lm_head[0];
    if (level)
        reachable[0] = 1;
    return good;
}

CAUGHT(reachable_words, refuses_widths, width_in_32_bits, "d_model is neither 1 nor 2")
REACHABLE(width_in_32_bits)
{
    return reachable_words(reachable, lm_head, vocab_size, (uint32_t)d_model);
}

WRONG(reachable_words, on_a_side, upright_line_wins,
      "All words of an upright line are counted: only its two ends can win.")
REACHABLE(upright_line_wins)
{
    bool is_upright = d_model == 2 && vocab_size > 2;
    for (size_t v = 0; v < vocab_size && is_upright; v++)
        is_upright = lm_head[2 * v] == lm_head[0];
    for (size_t v = 0; v < vocab_size && is_upright; v++)
        reachable[v] = 1;
    return is_upright || reachable_words(reachable, lm_head, vocab_size, d_model);
}

// --------------------------------------------------------------------------- 10.4 matrix_rank

enum {
    DIAGONAL = 1, // no pivoting at all
    ROWS_ONLY = 2,
    ABSOLUTE = 4,
    AT_LEAST = 8,
    FLOATS = 16,
    SIGNED_PIVOT = 32,
    STOPS_AT_ZERO_COLUMN = 64,
    TINY = 256,
    FIRST_ALWAYS = 512,
    SQUARE = 1024
};

static size_t pivots(double *room, const float *a, double tolerance, size_t n_rows,
                     size_t n_columns, int how)
{
    double least = 0;
    size_t n = 0;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        room[k] = (double)a[k];
    for (; n < n_rows && n < n_columns; n++) {
        size_t row = n, column = n;
        for (size_t r = n; r < n_rows; r++)
            for (size_t c = n; c < n_columns; c++) {
                const double x = room[r * n_columns + c];
                const double most = room[row * n_columns + column];
                if (!(how & DIAGONAL) && !(how & ROWS_ONLY && c != n) &&
                    (how & SIGNED_PIVOT ? x > most : fabs(x) > fabs(most))) {
                    row = r;
                    column = c;
                }
            }
        const double pivot = room[row * n_columns + column];
        const double size = how & SIGNED_PIVOT ? pivot : fabs(pivot);
        if (n == 0)
            least = how & ABSOLUTE ? tolerance : how & TINY ? 1e-12 : tolerance * size;
        if (how & AT_LEAST ? size < least : !(size > least))
            if (!(how & FIRST_ALWAYS && n == 0 && size > 0))
                break;
        if (size == 0)
            break;
        for (size_t c = 0; c < n_columns; c++) {
            const double kept = room[n * n_columns + c];
            room[n * n_columns + c] = room[row * n_columns + c];
            room[row * n_columns + c] = kept;
        }
        for (size_t r = 0; r < n_rows; r++) {
            const double kept = room[r * n_columns + n];
            room[r * n_columns + n] = room[r * n_columns + column];
            room[r * n_columns + column] = kept;
        }
        for (size_t r = n + 1; r < n_rows; r++) {
            double factor = room[r * n_columns + n] / pivot;
            if (how & FLOATS)
                factor = (double)(float)factor;
            for (size_t c = n; c < n_columns; c++) {
                room[r * n_columns + c] -= factor * room[n * n_columns + c];
                if (how & FLOATS)
                    room[r * n_columns + c] = (double)(float)room[r * n_columns + c];
            }
        }
    }
    return n;
}

static bool bad_matrix(const float *a, double tolerance, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isfinite(a[k]))
            return true;
    return !(tolerance >= 0);
}

#define RANK_SO(name, how)                                                               \
    RANK(name)                                                                           \
    {                                                                                    \
        if (bad_matrix(a, tolerance, n_rows * n_columns))                                \
            return false;                                                                \
        *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, how);            \
        return true;                                                                     \
    }

WRONG(matrix_rank, not_greater, equal_counts,
      "A pivot of exactly the limit is counted: it must be greater.")
RANK_SO(equal_counts, AT_LEAST)

WRONG(matrix_rank, any_scale, float_room,
      "The squares of small floats are 0: look at the numbers themselves, or use double.")
RANK(float_room)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    float square = 0;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        square += a[k] * a[k];
    *rank = square > 0 ? (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0) : 0;
    return true;
}

WRONG(matrix_rank, worked_example, limit_not_relative,
      "A pivot is the largest size left, in double, and counts above tolerance times the "
      "first.")
RANK_SO(limit_not_relative, ABSOLUTE)

WRONG(matrix_rank, any_scale, in_float,
      "A pivot is the largest size left, in double, and counts above tolerance times the "
      "first.")
RANK_SO(in_float, FLOATS)

WRONG(matrix_rank, rounded_products, no_tolerance,
      "A pivot is the largest size left, in double, and counts above tolerance times the "
      "first.")
RANK(no_tolerance)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, 0, n_rows, n_columns, 0);
    return true;
}

WRONG(matrix_rank, worked_example, smaller_side,
      "Rows or columns are counted as they stand: eliminate, then count the pivots.")
RANK(smaller_side)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    (void)room;
    *rank = (uint32_t)(n_rows < n_columns ? n_rows : n_columns);
    return true;
}

WRONG(matrix_rank, pivots_anywhere, rows_that_are_not_zero,
      "Rows or columns are counted as they stand: eliminate, then count the pivots.")
RANK(rows_that_are_not_zero)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    (void)room;
    *rank = 0;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++)
            if (a[r * n_columns + c] != 0) {
                ++*rank;
                break;
            }
    return true;
}

WRONG(matrix_rank, pivots_anywhere, column_by_column,
      "A 0 ends the count too early: the next pivot may stand in any row and column.")
RANK_SO(column_by_column, ROWS_ONLY)

WRONG(matrix_rank, random_ranks, signed_pivots,
      "A pivot is lost: it may be below 0, and may stand in the last row or column.")
RANK_SO(signed_pivots, SIGNED_PIVOT)

WRONG(matrix_rank, random_ranks, one_round,
      "A pivot is lost: it may be below 0, and may stand in the last row or column.")
RANK(one_round)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    const size_t n = pivots(room, a, tolerance, n_rows, n_columns, 0);
    const size_t most = n_rows < n_columns ? n_rows : n_columns;
    *rank = (uint32_t)(n == most && n > 0 ? n - 1 : n);
    return true;
}

WRONG(matrix_rank, pivots_anywhere, diagonal_only,
      "A 0 ends the count too early: the next pivot may stand in any row and column.")
RANK_SO(diagonal_only, DIAGONAL)

CAUGHT(matrix_rank, tolerance, own_tolerance, "rank: got")
RANK_SO(own_tolerance, TINY)

WRONG(matrix_rank, tolerance, first_counts,
      "The first pivot is counted although a tolerance of 1 or more lets none through.")
RANK_SO(first_counts, FIRST_ALWAYS)

CAUGHT(matrix_rank, large_sizes, a_hundred_rows, "rank: got")
RANK(a_hundred_rows)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows < 64 ? n_rows : 64, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, refuses_not_finite, takes_anything, "an entry is not finite")
RANK(takes_anything)
{
    if (!(tolerance >= 0))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, refuses_not_finite, only_nan, "an entry is not finite")
RANK(only_nan)
{
    if (!(tolerance >= 0))
        return false;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        if (isnan(a[k]))
            return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, refuses_not_finite, zero_first, "must stay untouched")
RANK(zero_first)
{
    *rank = 0;
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, refuses_tolerance, nan_tolerance, "tolerance is not at least 0")
RANK(nan_tolerance)
{
    if (tolerance < 0 || bad_matrix(a, 0, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, refuses_tolerance, negative_tolerance, "tolerance is not at least 0")
RANK(negative_tolerance)
{
    if (isnan(tolerance) || bad_matrix(a, 0, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, fabs(tolerance), n_rows, n_columns, 0);
    return true;
}

CAUGHT(matrix_rank, zeros_and_nothing, nothing_is_refused, "must return true")
RANK(nothing_is_refused)
{
    if (n_rows == 0 || n_columns == 0 || bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    return true;
}

WRONG(matrix_rank, zeros_and_nothing, at_least_one,
      "A matrix of zeros has the rank 0, and so has one without rows or columns.")
RANK(at_least_one)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    *rank = *rank == 0 && tolerance < 1 ? 1 : *rank;
    return true;
}

CAUGHT(matrix_rank, stays_in_bounds, one_row_too_many, "past the end of")
RANK(one_row_too_many)
{
    if (bad_matrix(a, tolerance, n_rows * n_columns))
        return false;
    *rank = (uint32_t)pivots(room, a, tolerance, n_rows, n_columns, 0);
    room[n_rows * n_columns] = 0;
    return true;
}

WRONG(matrix_rank, zeros_and_nothing, stops_at_the_limit,
      "0 times an infinite tolerance is NaN: go on only while a pivot *is* greater.")
RANK(stops_at_the_limit)
{
    const bool good = matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
    if (good && isinf(tolerance) && n_rows > 0 && n_columns > 0) {
        *rank = (uint32_t)(n_rows < n_columns ? n_rows : n_columns);
        for (size_t k = 0; k < n_rows * n_columns; k++)
            if (a[k] != 0.0f)
                *rank = 0;
    }
    return good;
}

WRONG(matrix_rank, any_scale, room_rounded,
      "A pivot is the largest size left, in double, and counts above tolerance times the "
      "first.")
RANK(room_rounded)
{
    if (!matrix_rank(rank, room, a, tolerance, n_rows, n_columns))
        return false;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        room[k] = (double)a[k];
    double least = 0.0;
    size_t n = 0;
    for (; n < n_rows && n < n_columns; n++) {
        size_t row = n, column = n;
        for (size_t r = n; r < n_rows; r++)
            for (size_t c = n; c < n_columns; c++)
                if (fabs(room[r * n_columns + c]) >
                    fabs(room[row * n_columns + column])) {
                    row = r;
                    column = c;
                }
        const double pivot = room[row * n_columns + column];
        least = n == 0 ? tolerance * fabs(pivot) : least;
        if (!(fabs(pivot) > least))
            break;
        for (size_t c = 0; c < n_columns; c++) {
            const double kept = room[n * n_columns + c];
            room[n * n_columns + c] = room[row * n_columns + c];
            room[row * n_columns + c] = kept;
        }
        for (size_t r = 0; r < n_rows; r++) {
            const double kept = room[r * n_columns + n];
            room[r * n_columns + n] = room[r * n_columns + column];
            room[r * n_columns + column] = kept;
        }
        for (size_t r = n + 1; r < n_rows; r++) {
            const double factor = room[r * n_columns + n] / pivot;
            for (size_t c = n; c < n_columns; c++)
                room[r * n_columns + c] =
                    (double)(float)(room[r * n_columns + c] -
                                    factor * room[n * n_columns + c]);
        }
    }
    *rank = (uint32_t)n;
    return true;
}

CAUGHT(matrix_rank, tolerance, minus_zero_refused, "must return true")
RANK(minus_zero_refused)
{
    return !signbit(tolerance) &&
           matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
}

CAUGHT(matrix_rank, any_scale, sum_must_be_finite, "must return true")
RANK(sum_must_be_finite)
{
    float sum = 0.0f;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        sum += fabsf(a[k]);
    return isfinite(sum) && matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
}

WRONG(matrix_rank, tolerance, tolerance_of_its_own,
      "A tolerance smaller than some limit is replaced, or something is added to it: "
      "take it "
      "as it comes, 0 too.")
RANK(tolerance_of_its_own)
{
    return matrix_rank(rank, room, a,
                       tolerance >= 0.0 && tolerance < 1e-12 ? 1e-12 : tolerance, n_rows,
                       n_columns);
}

WRONG(matrix_rank, zeros_and_nothing, single_rows_have_one,
      "A single row has the rank 1 only if it is not all zeros.")
RANK(single_rows_have_one)
{
    const bool good = matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
    if (good && (n_rows == 1 || n_columns == 1) && n_rows * n_columns > 0)
        *rank = 1;
    return good;
}

// --------------------------------------------------------------------- 10.5 random_projection

enum {
    NO_SCALE = 1,
    BY_N = 2,
    BY_WIDTH = 4,
    TRANSPOSED_DICE = 8,
    TRANSPOSED_OUT = 16,
    SUM_IN_FLOAT = 32,
    ROUNDED_FIRST = 64,
    SQUARED_DICE = 128,
    SIGNS = 256
};

static void project(float *out, const float *wte, const float *dice, size_t n_out,
                    size_t n, size_t d, int how)
{
    for (size_t v = 0; v < n; v++)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0, square = 0;
            float single = 0;
            for (size_t i = 0; i < d; i++) {
                const size_t at = how & TRANSPOSED_DICE ? i * n_out + j : j * d + i;
                const double die =
                    how & SIGNS ? (dice[at] < 0 ? -1 : 1) : (double)dice[at];
                sum += (double)wte[v * d + i] * die;
                single += wte[v * d + i] * (float)die;
                square += die * die;
            }
            if (how & SUM_IN_FLOAT)
                sum = (double)single;
            double by = how & NO_SCALE ? 1
                        : how & BY_N   ? (double)n_out
                                       : sqrt((double)n_out);
            by = how & BY_WIDTH ? sqrt((double)d) : by;
            by = how & SQUARED_DICE ? sqrt(square) : by;
            if (how & ROUNDED_FIRST)
                sum = (double)(float)sum;
            out[how & TRANSPOSED_OUT ? j * n + v : v * n_out + j] =
                how & ROUNDED_FIRST ? (float)sum * (1.0f / sqrtf((float)n_out))
                                    : (float)(sum / by);
        }
}

#define PROJECTION_SO(name, how)                                                         \
    PROJECTION(name)                                                                     \
    {                                                                                    \
        project(out, wte, dice, n_out, vocab_size, d_model, how);                        \
        return true;                                                                     \
    }

WRONG(random_projection, worked_example, not_divided,
      "The sums are not divided by the root of n_out: rows would grow longer.")
PROJECTION_SO(not_divided, NO_SCALE)

WRONG(random_projection, worked_example, by_n_out,
      "The sums are divided by n_out, and not by its root.")
PROJECTION_SO(by_n_out, BY_N)

WRONG(random_projection, random_tables, by_the_old_width,
      "The sums are divided by the root of d_model: it is n_out sums that add up.")
PROJECTION_SO(by_the_old_width, BY_WIDTH)

WRONG(random_projection, random_tables, dice_by_columns,
      "The dice are read as [d_model][n_out]: they are [n_out][d_model], a row a "
      "direction.")
PROJECTION_SO(dice_by_columns, TRANSPOSED_DICE)

WRONG(random_projection, random_tables, out_by_columns,
      "The output is written as [n_out][vocab_size]: each word has its own row.")
PROJECTION_SO(out_by_columns, TRANSPOSED_OUT)

WRONG(random_projection, random_tables, unit_directions,
      "Each sum is divided by the length of its own direction: divide all by the same "
      "root.")
PROJECTION_SO(unit_directions, SQUARED_DICE)

WRONG(random_projection, random_tables, only_signs,
      "Only the signs of the dice are used.")
PROJECTION_SO(only_signs, SIGNS)

WRONG(random_projection, sums_in_double, float_sums,
      "The sum is a float: where large products cancel, little is left of it.")
PROJECTION_SO(float_sums, SUM_IN_FLOAT)

CAUGHT(random_projection, large_sizes, narrow_rows, "out[")
PROJECTION(narrow_rows)
{
    project(out, wte, dice, n_out, vocab_size, d_model, 0);
    if (n_out > 1024)
        out[1024] = 0;
    return true;
}

CAUGHT(random_projection, large_sizes, ids_of_16_bits, "out[")
PROJECTION(ids_of_16_bits)
{
    project(out, wte, dice, n_out, vocab_size < 32768 ? vocab_size : 32768, d_model, 0);
    return true;
}

CAUGHT(random_projection, sizes_of_zero, refuses_nothing, "must return true")
PROJECTION(refuses_nothing)
{
    if (n_out == 0 || vocab_size == 0 || d_model == 0)
        return false;
    project(out, wte, dice, n_out, vocab_size, d_model, 0);
    return true;
}

CAUGHT(random_projection, stays_in_bounds, one_number_more, "past the end of")
PROJECTION(one_number_more)
{
    project(out, wte, dice, n_out, vocab_size, d_model, 0);
    if (n_out * vocab_size > 0)
        out[n_out * vocab_size] = 0;
    return true;
}

WRONG(random_projection, random_tables, scale_in_float,
      "The root is taken in float, so that each number is rounded more than once.")
PROJECTION(scale_in_float)
{
    const float scale = 1.0f / sqrtf((float)n_out);
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)dice[j * d_model + i];
            out[v * n_out + j] = (float)(sum * (double)scale);
        }
    return true;
}

WRONG(random_projection, random_tables, sum_rounded_first,
      "The sum is rounded to float before it is divided: round once, at the end.")
PROJECTION(sum_rounded_first)
{
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)dice[j * d_model + i];
            out[v * n_out + j] = (float)((double)(float)sum / sqrt((double)n_out));
        }
    return true;
}

WRONG(random_projection, any_numbers, nan_is_zero,
      "A NaN is written as 0: there is no bad input, and a NaN in a row stays one.")
PROJECTION(nan_is_zero)
{
    random_projection(out, wte, dice, n_out, vocab_size, d_model);
    for (size_t k = 0; k < vocab_size * n_out; k++)
        out[k] = isnan(out[k]) ? 0.0f : out[k];
    return true;
}

CAUGHT(random_projection, any_numbers, nan_refused, "must return true")
PROJECTION(nan_refused)
{
    for (size_t k = 0; k < vocab_size * d_model; k++)
        if (!isfinite(wte[k]))
            return false;
    return random_projection(out, wte, dice, n_out, vocab_size, d_model);
}

WRONG(random_projection, any_numbers, small_is_zero,
      "Small numbers are taken for 0: a float may be as small as 1.4e-45.")
PROJECTION(small_is_zero)
{
    random_projection(out, wte, dice, n_out, vocab_size, d_model);
    for (size_t k = 0; k < vocab_size * n_out; k++)
        out[k] = fabsf(out[k]) < 1e-37f ? 0.0f : out[k];
    return true;
}

CAUGHT(random_projection, large_sizes, room_for_4096, "out[")
PROJECTION(room_for_4096)
{
    random_projection(out, wte, dice, n_out, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 4096; j < n_out; j++)
            out[v * n_out + j] = 0.0f;
    return true;
}

CAUGHT(random_projection, any_numbers, odd_dice_refused, "must return true")
PROJECTION(odd_dice_refused)
{
    for (size_t k = 0; k < n_out * d_model; k++)
        if (!isfinite(dice[k]))
            return false;
    return random_projection(out, wte, dice, n_out, vocab_size, d_model);
}

CAUGHT(matrix_rank, refuses_tolerance, no_columns_no_checks, "must return false")
RANK(no_columns_no_checks)
{
    if (n_columns > 0)
        return matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
    *rank = 0;
    return true;
}

CAUGHT(matrix_rank, any_scale, share_of_one_at_least, "got 0")
RANK(share_of_one_at_least) // of the first pivot, or of 1 where that is smaller
{
    float most = 0.0f;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        most = fmaxf(most, fabsf(a[k]));
    const double share =
        most > 0.0f && most < 1.0f ? tolerance / (double)most : tolerance;
    return matrix_rank(rank, room, a, share, n_rows, n_columns);
}

CAUGHT(table_cost, the_limit, largest_flops_refused, "must return true")
COST(largest_flops_refused)
{
    const bool good = table_cost(bytes, flops, n_tokens, vocab_size, d_model, bits);
    if (good && *flops == UINT64_MAX - 1)
        return false;
    return good;
}

WRONG(reachable_words, one_dimension, zero_never_wins,
      "With one number a row of 0 is never found: it wins where all others are on one "
      "side.")
REACHABLE(zero_never_wins)
{
    if (!reachable_words(reachable, lm_head, vocab_size, d_model))
        return false;
    for (size_t v = 0; v < vocab_size && d_model == 1 && vocab_size > 1; v++)
        if (lm_head[v] == 0.0f)
            reachable[v] = 0;
    return true;
}

CAUGHT(reachable_words, random_heads, last_of_a_block, "got")
REACHABLE(last_of_a_block)
{
    if (vocab_size == 0 || vocab_size % 16 != 0)
        return reachable_words(reachable, lm_head, vocab_size, d_model);
    if (!reachable_words(reachable, lm_head, vocab_size - 1, d_model))
        return false;
    reachable[vocab_size - 1] = 0;
    return true;
}

CAUGHT(matrix_rank, any_scale, large_entries_refused, "must return true")
RANK(large_entries_refused)
{
    for (size_t k = 0; k < n_rows * n_columns; k++)
        if (fabsf(a[k]) > 1e38f)
            return false;
    return matrix_rank(rank, room, a, tolerance, n_rows, n_columns);
}

CAUGHT(matrix_rank, large_sizes, last_pivot_of_a_block, "got")
RANK(last_pivot_of_a_block)
{
    if (!matrix_rank(rank, room, a, tolerance, n_rows, n_columns))
        return false;
    *rank -= *rank == n_rows && n_rows > 0 && n_rows % 16 == 0;
    return true;
}

WRONG(random_projection, sums_in_double, sum_is_a_float,
      "A sum that no float holds becomes infinite: divide by the root before you round.")
PROJECTION(sum_is_a_float)
{
    const double root = sqrt((double)n_out);
    for (size_t k = 0; k < vocab_size * n_out; k++) {
        double sum = 0.0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)wte[k / n_out * d_model + i] *
                   (double)dice[k % n_out * d_model + i];
        out[k] = fabs(sum) > (double)3.4028235e38f ? (sum > 0.0 ? INFINITY : -INFINITY)
                                                   : (float)(sum / root);
    }
    return true;
}

CAUGHT(random_projection, any_numbers, small_dice_left_out, "got 0")
PROJECTION(small_dice_left_out)
{
    float *without = calloc(n_out * d_model + 1, sizeof *without);
    for (size_t k = 0; k < n_out * d_model; k++)
        without[k] = fabsf(dice[k]) < 1e-6f ? 0.0f : dice[k];
    const bool good = random_projection(out, wte, without, n_out, vocab_size, d_model);
    free(without);
    return good;
}

CAUGHT(random_projection, large_sizes, dice_of_16_bits, "got")
PROJECTION(dice_of_16_bits)
{
    random_projection(out, wte, dice, n_out, vocab_size, d_model);
    for (size_t k = 0; k < vocab_size * n_out; k++)
        if (k % n_out > 65535)
            out[k] = out[k - 65536];
    return true;
}
