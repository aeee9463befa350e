#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// false: a * b does not fit in 64 bits
static bool multiply(uint64_t *product, uint64_t a, uint64_t b)
{
    if (a != 0 && b > UINT64_MAX / a)
        return false;
    *product = a * b;
    return true;
}

bool table_cost(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens, uint64_t vocab_size,
                uint64_t d_model, uint64_t bits)
{
    uint64_t row = 0, table = 0, work = 0;
    if (bits < 1 || bits > 64)
        return false;
    if (vocab_size > 0) {
        const uint64_t rest = (d_model % 8 * bits + 7) / 8;
        if (!multiply(&row, d_model / 8, bits) || row > UINT64_MAX - rest ||
            !multiply(&table, row + rest, vocab_size))
            return false;
    }
    if (n_tokens > 0 && vocab_size > 0 && d_model > 0)
        if (!multiply(&work, n_tokens, vocab_size) || !multiply(&work, work, d_model) ||
            !multiply(&work, work, 2))
            return false;
    *bytes = table;
    *flops = work;
    return true;
}

/*
What to notice: the question "does it fit?" is asked by a division, before the product is
made; afterwards it is too late. Eight numbers take exactly `bits` bytes, whatever `bits`
is, so the row is counted in eights and a rest of at most seven, and no step is larger than
the row itself. And a product with a 0 in it is 0 however large the other numbers are: with
no words or no tokens nothing may be refused.
*/

bool circle_model(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
{
    const double turn = 2.0 * acos(-1.0);
    for (size_t v = 0; v < vocab_size; v++)
        if (next[v] >= vocab_size)
            return false;
    for (size_t v = 0; v < vocab_size; v++) {
        const double angle = turn * (double)v / (double)vocab_size;
        lm_head[2 * v] = (float)cos(angle);
        lm_head[2 * v + 1] = (float)sin(angle);
    }
    for (size_t v = 0; v < vocab_size; v++) {
        wte[2 * v] = lm_head[2 * (size_t)next[v]];
        wte[2 * v + 1] = lm_head[2 * (size_t)next[v] + 1];
    }
    return true;
}

/*
What to notice: nothing is trained. The output table knows nothing of the task; all of the
task stands in the input table, which for each word points at the word that comes next. The
rows are made in a second loop, for `next[v]` may be a word whose place is not written yet.
*/

struct point {
    double x, y;
};

static struct point difference(const float *lm_head, size_t w, size_t v, size_t d)
{
    const float *a = lm_head + w * d, *b = lm_head + v * d;
    return (struct point){(double)a[0] - (double)b[0],
                          d > 1 ? (double)a[1] - (double)b[1] : 0.0};
}

// greater than 0: b lies to the left of a
static double cross(struct point a, struct point b)
{
    return a.x * b.y - a.y * b.x;
}

static double dot(struct point a, struct point b)
{
    return a.x * b.x + a.y * b.y;
}

// true: a straight line through row v has all other rows on one side of it, and none on it
static bool can_win(const float *lm_head, size_t v, size_t vocab_size, size_t d)
{
    struct point first = {0.0, 0.0}, left = first, right = first;
    const size_t start = v == 0 ? 1 : 0;
    for (size_t w = start; w < vocab_size; w++) {
        if (w == v)
            continue;
        const struct point x = difference(lm_head, w, v, d);
        if (w == start)
            first = left = right = x;
        if (dot(x, x) == 0.0 || (cross(first, x) == 0.0 && dot(first, x) < 0.0))
            return false;
        if (cross(first, x) > 0.0 && cross(left, x) > 0.0)
            left = x;
        if (cross(first, x) < 0.0 && cross(right, x) < 0.0)
            right = x;
    }
    const double wide = cross(right, left);
    return vocab_size == 1 || wide > 0.0 || (wide == 0.0 && dot(right, left) > 0.0);
}

bool reachable_words(uint32_t *reachable, const float *lm_head, size_t vocab_size,
                     size_t d_model)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = can_win(lm_head, v, vocab_size, d_model);
    return true;
}

/*
What to notice: no angle is computed, and nothing is divided. Every decision is the sign of a
cross product, and that is why the answer is exact: a sign is right or wrong, it is never off by
a little. All differences are first put to the left or to the right of *one* of them, because
"leftmost" has a meaning only within half a turn.
*/

bool matrix_rank(uint32_t *rank, double *room, const float *a, double tolerance,
                 size_t n_rows, size_t n_columns)
{
    double least = 0.0;
    if (!(tolerance >= 0.0))
        return false;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        if (!isfinite(a[k]))
            return false;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        room[k] = (double)a[k];
    *rank = 0;
    for (size_t n = 0; n < n_rows && n < n_columns; n++) {
        size_t row = n, column = n;
        for (size_t r = n; r < n_rows; r++)
            for (size_t c = n; c < n_columns; c++)
                if (fabs(room[r * n_columns + c]) >
                    fabs(room[row * n_columns + column])) {
                    row = r;
                    column = c;
                }
        const double pivot = room[row * n_columns + column];
        if (n == 0)
            least = tolerance * fabs(pivot);
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
                room[r * n_columns + c] -= factor * room[n * n_columns + c];
        }
        ++*rank;
    }
    return true;
}

/*
What to notice: the largest pivot is not taken for the sake of the count, it is taken for the
sake of the rounding. No factor is larger than 1, so no error is ever multiplied by much. And a
NaN must be refused before, for it is never the largest of anything and would sit in its corner
until the end.
*/

bool random_projection(float *out, const float *wte, const float *dice, size_t n_out,
                       size_t vocab_size, size_t d_model)
{
    const double scale = n_out > 0 ? 1.0 / sqrt((double)n_out) : 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)dice[j * d_model + i];
            out[v * n_out + j] = (float)(scale * sum);
        }
    return true;
}

/*
What to notice: this is exercise 1.4, a linear layer whose weights nobody has trained. All that is
random came in from outside. The loop over the words could stand anywhere: no word knows of
another, and that is why a table can be projected a row at a time, whenever a row is looked up.
*/
