// Other right answers to the exercises of chapter 10: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------------------- 10.1 table_cost

// saturates: UINT64_MAX stands for "too large", and so no result may be it by accident
static bool grow(uint64_t *x, uint64_t by)
{
    const bool fits = by == 0 || *x <= UINT64_MAX / by;
    *x *= by;
    return fits;
}

RIGHT(table_cost, factor_by_factor, "zeros first, then one factor after the other")
bool factor_by_factor(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens,
                      uint64_t vocab_size, uint64_t d_model, uint64_t bits)
{
    uint64_t table = d_model / 8, work = 2;
    if (bits == 0 || bits >= 65)
        return false;
    if (vocab_size == 0 || d_model == 0)
        table = 0;
    else {
        const uint64_t part = d_model % 8 * bits, rest = part / 8 + (part % 8 != 0);
        if (!grow(&table, bits) || table + rest < table)
            return false;
        table += rest;
        if (!grow(&table, vocab_size))
            return false;
    }
    if (n_tokens == 0 || vocab_size == 0 || d_model == 0)
        work = 0;
    else if (!grow(&work, n_tokens) || !grow(&work, vocab_size) || !grow(&work, d_model))
        return false;
    *flops = work;
    *bytes = table;
    return true;
}

struct halves {
    uint64_t high, low;
};

// all of a 64 x 64 bit product
static struct halves whole_product(uint64_t a, uint64_t b)
{
    const uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    const uint64_t p = a0 * b0, q = a1 * b0 + (p >> 32), r = a0 * b1 + (q & UINT32_MAX);
    return (struct halves){a1 * b1 + (q >> 32) + (r >> 32), r << 32 | (p & UINT32_MAX)};
}

RIGHT(table_cost, in_128_bits, "products of 128 bits, made of four of 32")
bool in_128_bits(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens, uint64_t vocab_size,
                 uint64_t d_model, uint64_t bits)
{
    if (bits - 1 > 63)
        return false;
    struct halves row = whole_product(d_model, bits);
    row.low += 7;
    row.high += row.low < 7;
    const uint64_t row_bytes = row.low >> 3 | row.high << 61;
    if (row.high >> 3 > 0 && vocab_size > 0)
        return false;
    const struct halves table = whole_product(vocab_size > 0 ? row_bytes : 0, vocab_size);
    const bool empty = n_tokens == 0 || d_model == 0;
    const struct halves head = whole_product(empty ? 0 : vocab_size, d_model);
    const struct halves all = whole_product(head.low, n_tokens);
    if (table.high > 0 || head.high > 0 || all.high > 0 || all.low >> 63)
        return false;
    *bytes = table.low;
    *flops = all.low << 1;
    return true;
}

static uint64_t or_none(bool *fits, uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    const uint64_t product = a * b;
    *fits = *fits && product / b == a;
    return product;
}

RIGHT(table_cost, divides_back, "makes the product and divides it again")
bool divides_back(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens,
                  uint64_t vocab_size, uint64_t d_model, uint64_t bits)
{
    bool fits = bits > 0 && bits <= 64;
    if (!fits)
        return fits;
    uint64_t table = 0, work = 0;
    if (vocab_size) {
        const uint64_t eights = or_none(&fits, d_model >> 3, bits);
        const uint64_t rest = ((d_model & 7) * bits + 7) >> 3;
        fits = fits && eights <= ~rest;
        table = or_none(&fits, eights + rest, vocab_size);
    }
    if (n_tokens && d_model && vocab_size) {
        work = or_none(&fits, or_none(&fits, n_tokens, d_model), vocab_size);
        work = or_none(&fits, work, 2);
    }
    if (fits) {
        *bytes = table;
        *flops = work;
    }
    return fits;
}

RIGHT(table_cost, by_the_limit,
      "the limits are divided down, and nothing is multiplied first")
bool by_the_limit(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens,
                  uint64_t vocab_size, uint64_t d_model, uint64_t bits)
{
    uint64_t table = 0, work = 0;
    if (!(bits >= 1 && bits <= 64))
        return false;
    if (vocab_size != 0) {
        const uint64_t most = UINT64_MAX / vocab_size,
                       tail = (d_model % 8 * bits + 7) / 8;
        if (tail > most || d_model / 8 > (most - tail) / bits)
            return false;
        table = vocab_size * (d_model / 8 * bits + tail);
    }
    if (vocab_size != 0 && d_model != 0) {
        if (n_tokens > UINT64_MAX / 2 / vocab_size / d_model)
            return false;
        work = n_tokens == 0 ? 0 : n_tokens * vocab_size * d_model * 2;
    }
    *bytes = table;
    *flops = work;
    return true;
}

// -------------------------------------------------------------------------- 10.2 circle_model

RIGHT(circle_model, from_the_inputs, "input rows are computed from next, not copied")
bool from_the_inputs(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
{
    const double step = 8.0 * atan(1.0) / (double)vocab_size;
    size_t v = vocab_size;
    while (v-- > 0)
        if (!(next[v] < vocab_size))
            return false;
    for (v = 0; v < vocab_size; v++) {
        wte[2 * v] = (float)cos(step * next[v]);
        wte[2 * v + 1] = (float)sin(step * next[v]);
        lm_head[2 * v] = (float)cos(step * (double)v);
        lm_head[2 * v + 1] = (float)sin(step * (double)v);
    }
    return true;
}

RIGHT(circle_model, turned_in_double, "each row is the one before, turned, in double")
bool turned_in_double(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
{
    double x = 1, y = 0;
    for (size_t v = 0; v < vocab_size; v++)
        if (next[v] > vocab_size - 1)
            return false;
    const double angle = 2 * acos(-1) / (double)(vocab_size + (vocab_size == 0));
    const double c = cos(angle), s = sin(angle);
    for (size_t v = 0; v < vocab_size; v++) {
        lm_head[2 * v] = (float)x;
        lm_head[2 * v + 1] = (float)y;
        const double turned = c * x - s * y;
        y = s * x + c * y;
        x = turned;
        if (v % 1000 == 999) {
            x = cos(angle * (double)(v + 1));
            y = sin(angle * (double)(v + 1));
        }
    }
    for (size_t v = 0; v < vocab_size; v++)
        memcpy(wte + 2 * v, lm_head + 2 * (size_t)next[v], 2 * sizeof *wte);
    return true;
}

RIGHT(circle_model, eighths, "angles from -pi to pi, the sine as a cosine")
bool eighths(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
{
    const double pi = 3.14159265358979323846;
    for (size_t v = 0; v < vocab_size; v++)
        if (next[v] >= vocab_size)
            return false;
    for (size_t k = 0; k < 2 * vocab_size; k++) {
        double part = (double)(k / 2) / (double)vocab_size;
        part = part > 0.5 ? part - 1 : part;
        lm_head[k] = (float)cos(2 * pi * part - (k % 2 ? pi / 2 : 0));
    }
    for (size_t k = 0; k < 2 * vocab_size; k++)
        wte[k] = lm_head[2 * (size_t)next[k / 2] + k % 2];
    return true;
}

RIGHT(circle_model, pointer_walk, "pointers instead of indices")
bool pointer_walk(float *wte, float *lm_head, const uint32_t *next, size_t vocab_size)
{
    const uint32_t *const end = next + vocab_size;
    for (const uint32_t *n = next; n < end; n++)
        if (*n >= vocab_size)
            return false;
    float *row = lm_head;
    for (size_t w = 0; w < vocab_size; w++) {
        const double a = (double)w / (double)vocab_size * 2 * acos(-1);
        *row++ = (float)cos(a);
        *row++ = (float)sin(a);
    }
    for (const uint32_t *n = next; n < end; n++) {
        *wte++ = lm_head[(size_t)*n * 2];
        *wte++ = lm_head[(size_t)*n * 2 + 1];
    }
    return true;
}

// ----------------------------------------------------------------------- 10.3 reachable_words

struct corner {
    double x, y;
    size_t v;
};

static int by_place(const void *a, const void *b)
{
    const struct corner *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->y < q->y ? -1 : p->y > q->y;
}

static double corner_turn(const struct corner *a, const struct corner *b,
                          const struct corner *c)
{
    return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

// one side of the hull, from left to right (sign 1) or as seen from below (sign -1)
static void mark_side(uint32_t *reachable, const struct corner *p, size_t n, double sign)
{
    const struct corner **stack = malloc((n + 1) * sizeof *stack);
    size_t top = 0;
    for (size_t k = 0; k < n; k++) {
        while (top > 1 && sign * corner_turn(stack[top - 2], stack[top - 1], &p[k]) <= 0)
            top--;
        stack[top++] = &p[k];
    }
    for (size_t k = 0; k < top; k++)
        reachable[stack[k]->v] = 1;
    free(stack);
}

RIGHT(reachable_words, monotone_chain, "sorted, and the two sides of the hull")
bool monotone_chain(uint32_t *reachable, const float *lm_head, size_t vocab_size,
                    size_t d_model)
{
    if (d_model < 1 || d_model > 2)
        return false;
    struct corner *all = malloc((vocab_size + 1) * sizeof *all);
    for (size_t v = 0; v < vocab_size; v++)
        all[v] = (struct corner){lm_head[v * d_model],
                                 d_model == 2 ? lm_head[v * 2 + 1] : 0.0f, v};
    qsort(all, vocab_size, sizeof *all, by_place);
    size_t n = 0;
    struct corner *once = malloc((vocab_size + 1) * sizeof *once);
    for (size_t k = 0; k < vocab_size; k++)
        if (k == 0 || by_place(&all[k], &all[k - 1]) != 0)
            once[n++] = all[k];
    for (size_t v = 0; v < vocab_size; v++)
        reachable[v] = 0;
    mark_side(reachable, once, n, 1);
    mark_side(reachable, once, n, -1);
    for (size_t k = 1; k < vocab_size; k++)
        if (by_place(&all[k], &all[k - 1]) == 0)
            reachable[all[k].v] = reachable[all[k - 1].v] = 0;
    free(once);
    free(all);
    return true;
}

static struct corner place_of(const float *lm_head, size_t v, size_t d)
{
    return (struct corner){lm_head[v * d], d == 2 ? lm_head[v * d + 1] : 0.0f, v};
}

// the next corner counter-clockwise; of several in one line the farthest
static size_t next_corner(const float *lm_head, size_t from, size_t n, size_t d)
{
    size_t best = from;
    const struct corner a = place_of(lm_head, from, d);
    for (size_t w = 0; w < n; w++) {
        const struct corner b = place_of(lm_head, best, d), c = place_of(lm_head, w, d);
        const double turn = corner_turn(&a, &b, &c);
        const double old = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
        const double far = (c.x - a.x) * (c.x - a.x) + (c.y - a.y) * (c.y - a.y);
        if (turn < 0 || (turn == 0 && far > old) || (best == from && far > 0))
            best = w;
    }
    return best;
}

static bool same_place(const float *lm_head, size_t v, size_t w, size_t d)
{
    const struct corner a = place_of(lm_head, v, d), b = place_of(lm_head, w, d);
    return a.x == b.x && a.y == b.y;
}

RIGHT(reachable_words, gift_wrapping, "the string is led from corner to corner")
bool gift_wrapping(uint32_t *reachable, const float *lm_head, size_t vocab_size,
                   size_t d_model)
{
    if (!(d_model == 1 || d_model == 2))
        return false;
    size_t lowest = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        const struct corner a = place_of(lm_head, v, d_model);
        const struct corner b = place_of(lm_head, lowest, d_model);
        if (by_place(&a, &b) < 0)
            lowest = v;
        reachable[v] = 0;
    }
    size_t corner = lowest;
    for (size_t k = 0; k <= vocab_size && vocab_size > 0; k++) {
        size_t twins = 0;
        for (size_t w = 0; w < vocab_size; w++)
            twins += same_place(lm_head, corner, w, d_model);
        reachable[corner] = twins == 1;
        corner = next_corner(lm_head, corner, vocab_size, d_model);
        if (same_place(lm_head, corner, lowest, d_model))
            break;
    }
    return true;
}

// turned into the upper half plane, the mirrored ones marked
static int by_angle(const void *a, const void *b)
{
    const struct corner *p = a, *q = b;
    const bool p_low = p->y < 0 || (p->y == 0 && p->x < 0);
    const bool q_low = q->y < 0 || (q->y == 0 && q->x < 0);
    if (p_low != q_low)
        return p_low ? 1 : -1;
    const double turn = p->x * q->y - p->y * q->x;
    return turn > 0 ? -1 : turn < 0;
}

// counted from the direction (1, 0), which is the first of its quarter
static size_t quarter_of(struct corner x)
{
    return x.y >= 0 && x.x > 0 ? 0 : x.y > 0 ? 1 : x.x < 0 ? 2 : 3;
}

RIGHT(reachable_words, largest_gap,
      "directions sorted by angle: is there a gap of half a turn?")
bool largest_gap(uint32_t *reachable, const float *lm_head, size_t vocab_size,
                 size_t d_model)
{
    if (d_model == 0 || d_model >= 3)
        return false;
    struct corner *x = malloc((vocab_size + 1) * sizeof *x);
    for (size_t v = 0; v < vocab_size; v++) {
        const struct corner own = place_of(lm_head, v, d_model);
        size_t n = 0;
        bool wins = false, level = false, some[4] = {false};
        for (size_t w = 0; w < vocab_size; w++) {
            const struct corner other = place_of(lm_head, w, d_model);
            if (w == v)
                continue;
            x[n] = (struct corner){other.x - own.x, other.y - own.y, w};
            level = level || (x[n].x == 0 && x[n].y == 0);
            some[quarter_of(x[n])] = true;
            n++;
        }
        // from each quarter to the next it is less than half a turn; on a line, just that
        const bool loses =
            level || (some[0] && some[2] && (d_model == 1 || (some[1] && some[3])));
        if (!loses)
            qsort(x, n, sizeof *x, by_angle);
        for (size_t k = 0; k < n && !loses; k++) {
            const struct corner *a = &x[k], *b = &x[(k + 1) % n];
            const double turn = a->x * b->y - a->y * b->x;
            const double same = a->x * b->x + a->y * b->y;
            wins = wins || turn < 0 ||
                   (turn == 0 && same > 0 && k + 1 == n && by_angle(&x[0], a) == 0);
        }
        reachable[v] = !loses && (wins || n <= 1);
    }
    free(x);
    return true;
}

RIGHT(reachable_words, edges,
      "a corner is one end of a side that has all others on its left")
bool edges(uint32_t *reachable, const float *lm_head, size_t vocab_size, size_t d_model)
{
    if (d_model != 1 && d_model != 2)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        const struct corner own = place_of(lm_head, v, d_model);
        const struct corner *edge = NULL;
        struct corner kept = own;
        reachable[v] = 1;
        for (size_t w = 0; w < vocab_size;
             w++) { // the rightmost direction, if there is one
            const struct corner other = place_of(lm_head, w, d_model);
            if (w != v && (edge == NULL || corner_turn(&own, edge, &other) < 0)) {
                kept = other;
                edge = &kept;
            }
        }
        for (size_t w = 0; w < vocab_size; w++) {
            const struct corner other = place_of(lm_head, w, d_model);
            if (w == v)
                continue;
            const double turn = corner_turn(&own, edge, &other);
            const double same = (kept.x - own.x) * (other.x - own.x) +
                                (kept.y - own.y) * (other.y - own.y);
            if (turn < 0 || (turn == 0 && !(same > 0)))
                reachable[v] = 0;
        }
    }
    return true;
}

// --------------------------------------------------------------------------- 10.4 matrix_rank

static bool good_matrix(const float *a, double tolerance, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += 0 * (double)a[k]; // NaN if one of them is not finite
    return sum == 0 && tolerance >= 0;
}

static double largest_of(const double *a, size_t n, size_t *at)
{
    *at = 0;
    for (size_t k = 0; k < n; k++)
        if (fabs(a[k]) > fabs(a[*at]))
            *at = k;
    return n > 0 ? fabs(a[*at]) : 0;
}

RIGHT(matrix_rank, never_swaps,
      "the pivot's row and column become zeros, nothing is swapped")
bool never_swaps(uint32_t *rank, double *room, const float *a, double tolerance,
                 size_t n_rows, size_t n_columns)
{
    const size_t n = n_rows * n_columns;
    size_t at;
    uint32_t found = 0;
    if (!good_matrix(a, tolerance, n))
        return false;
    for (size_t k = 0; k < n; k++)
        room[k] = a[k];
    const double limit = tolerance * largest_of(room, n, &at);
    while (largest_of(room, n, &at) > limit) {
        const size_t row = at / n_columns, column = at % n_columns;
        const double pivot = room[at];
        for (size_t r = 0; r < n_rows; r++) {
            const double factor = r == row ? 0 : room[r * n_columns + column] / pivot;
            for (size_t c = 0; factor != 0 && c < n_columns; c++)
                room[r * n_columns + c] -= factor * room[row * n_columns + c];
            room[r * n_columns + column] = 0;
        }
        for (size_t c = 0; c < n_columns; c++)
            room[row * n_columns + c] = 0;
        found++;
        if (found == n_rows || found == n_columns)
            break;
    }
    *rank = found;
    return true;
}

RIGHT(matrix_rank, row_pointers, "rows are swapped by their numbers, columns are marked")
bool row_pointers(uint32_t *rank, double *room, const float *a, double tolerance,
                  size_t n_rows, size_t n_columns)
{
    if (!good_matrix(a, tolerance, n_rows * n_columns))
        return false;
    bool *row_done = calloc(n_rows + 1, 1), *column_done = calloc(n_columns + 1, 1);
    double limit = -1;
    *rank = 0;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        room[k] = (double)a[k];
    while (n_rows > 0 && n_columns > 0) {
        size_t row = 0, column = 0;
        double most = -1;
        for (size_t r = n_rows; r-- > 0;)
            for (size_t c = n_columns; c-- > 0;)
                if (!row_done[r] && !column_done[c] &&
                    fabs(room[r * n_columns + c]) > most) {
                    most = fabs(room[r * n_columns + c]);
                    row = r;
                    column = c;
                }
        limit = limit < 0 ? tolerance * most : limit;
        if (most < 0 || !(most > limit))
            break;
        row_done[row] = column_done[column] = true;
        for (size_t r = 0; r < n_rows; r++) {
            const double factor =
                room[r * n_columns + column] / room[row * n_columns + column];
            for (size_t c = 0; c < n_columns && !row_done[r]; c++)
                if (!column_done[c])
                    room[r * n_columns + c] -= factor * room[row * n_columns + c];
        }
        ++*rank;
    }
    free(row_done);
    free(column_done);
    return true;
}

RIGHT(matrix_rank, scaled_first,
      "all entries are divided by the largest, the limit is the tolerance")
bool scaled_first(uint32_t *rank, double *room, const float *a, double tolerance,
                  size_t n_rows, size_t n_columns)
{
    const size_t n = n_rows * n_columns;
    size_t at, found = 0;
    if (!good_matrix(a, tolerance, n))
        return false;
    for (size_t k = 0; k < n; k++)
        room[k] = a[k];
    const double size = largest_of(room, n, &at);
    for (size_t k = 0; k < n && size > 0; k++)
        room[k] /= size;
    for (; size > 0 && found < n_rows && found < n_columns; found++) {
        double *top = room + found * n_columns;
        const double most = largest_of(top, n - found * n_columns, &at);
        if (most <= tolerance)
            break;
        const size_t row = found + at / n_columns, column = at % n_columns;
        for (size_t c = 0; c < n_columns; c++) {
            const double kept = top[c];
            top[c] = room[row * n_columns + c];
            room[row * n_columns + c] = kept;
        }
        for (size_t r = found + 1; r < n_rows; r++) {
            const double factor = room[r * n_columns + column] / top[column];
            for (size_t c = 0; c < n_columns; c++)
                room[r * n_columns + c] -= factor * top[c];
            room[r * n_columns + column] = 0;
        }
    }
    *rank = (uint32_t)found;
    return true;
}

RIGHT(matrix_rank, skips_zeros, "as the solution, but rows that have a 0 are left alone")
bool skips_zeros(uint32_t *rank, double *room, const float *a, double tolerance,
                 size_t n_rows, size_t n_columns)
{
    if (!good_matrix(a, tolerance, n_rows * n_columns))
        return false;
    size_t n = 0;
    double first = 0;
    for (size_t k = 0; k < n_rows * n_columns; k++)
        room[k] = a[k];
    for (; n < (n_rows < n_columns ? n_rows : n_columns); n++) {
        size_t best = n * n_columns + n;
        for (size_t k = n * n_columns; k < n_rows * n_columns; k++)
            if (k % n_columns >= n && fabs(room[k]) > fabs(room[best]))
                best = k;
        const double pivot = room[best];
        first = n == 0 ? fabs(pivot) : first;
        if (fabs(pivot) <= tolerance * first || pivot == 0)
            break;
        for (size_t c = 0; c < n_columns; c++) {
            const double x = room[best / n_columns * n_columns + c];
            room[best / n_columns * n_columns + c] = room[n * n_columns + c];
            room[n * n_columns + c] = x;
        }
        for (size_t r = 0; r < n_rows; r++) {
            const double x = room[r * n_columns + best % n_columns];
            room[r * n_columns + best % n_columns] = room[r * n_columns + n];
            room[r * n_columns + n] = x;
        }
        for (size_t r = n + 1; r < n_rows; r++)
            if (room[r * n_columns + n] != 0)
                for (size_t c = n_columns; c-- > n;)
                    room[r * n_columns + c] -=
                        room[n * n_columns + c] * (room[r * n_columns + n] / pivot);
    }
    *rank = (uint32_t)n;
    return true;
}

// --------------------------------------------------------------------- 10.5 random_projection

RIGHT(random_projection, backwards, "all loops run backwards, the scale is a factor")
bool backwards(float *out, const float *wte, const float *dice, size_t n_out,
               size_t vocab_size, size_t d_model)
{
    const double scale = pow((double)n_out, -0.5);
    for (size_t v = vocab_size; v-- > 0;)
        for (size_t j = n_out; j-- > 0;) {
            double sum = 0;
            for (size_t i = d_model; i-- > 0;)
                sum +=
                    scale * (double)wte[v * d_model + i] * (double)dice[j * d_model + i];
            out[v * n_out + j] = (float)sum;
        }
    return true;
}

RIGHT(random_projection, a_column_at_a_time,
      "the sums of one direction for all words, in memory")
bool a_column_at_a_time(float *out, const float *wte, const float *dice, size_t n_out,
                        size_t vocab_size, size_t d_model)
{
    double *sums = malloc((vocab_size + 1) * sizeof *sums);
    for (size_t j = 0; j < n_out; j++) {
        memset(sums, 0, vocab_size * sizeof *sums);
        for (size_t i = 0; i < d_model; i++)
            for (size_t v = 0; v < vocab_size; v++)
                sums[v] += (double)dice[j * d_model + i] * (double)wte[v * d_model + i];
        for (size_t v = 0; v < vocab_size; v++)
            out[v * n_out + j] = (float)(sums[v] / sqrt((double)n_out));
    }
    free(sums);
    return true;
}

RIGHT(random_projection, two_sums, "even and odd places are added up by themselves")
bool two_sums(float *out, const float *wte, const float *dice, size_t n_out,
              size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < vocab_size * n_out; k++) {
        const float *x = wte + k / n_out * d_model, *r = dice + k % n_out * d_model;
        double sums[2] = {0, 0};
        for (size_t i = 0; i < d_model; i++)
            sums[i % 2] += (double)(x[i]) * (double)(r[i]);
        out[k] = (float)((sums[0] + sums[1]) / sqrt((double)n_out));
    }
    return true;
}

RIGHT(random_projection, skips_zero_numbers, "numbers that are 0 are not multiplied")
bool skips_zero_numbers(float *out, const float *wte, const float *dice, size_t n_out,
                        size_t vocab_size, size_t d_model)
{
    if (n_out == 0)
        return true;
    const double root = sqrt((double)n_out);
    for (size_t v = 0; v < vocab_size; v++, out += n_out, wte += d_model)
        for (size_t j = 0; j < n_out; j++) {
            double sum = 0;
            for (size_t i = 0; i < d_model; i++)
                if (wte[i] != 0)
                    sum += (double)wte[i] * (double)dice[j * d_model + i];
            out[j] = (float)(sum / root);
        }
    return true;
}

RIGHT(random_projection, careful_sums, "Kahan's sums, which make NaN of an infinity")
bool careful_sums(float *out, const float *wte, const float *dice, size_t n_out,
                  size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < vocab_size * n_out; k++) {
        double sum = 0, lost = 0;
        for (size_t i = 0; i < d_model; i++) {
            const double x = (double)wte[k / n_out * d_model + i];
            const double term = x * (double)dice[k % n_out * d_model + i] - lost;
            const double next = sum + term;
            lost = next - sum - term;
            sum = next;
        }
        out[k] = (float)(sum / sqrt((double)n_out));
    }
    return true;
}
