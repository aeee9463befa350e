// Other right answers to the exercises of chapter 7: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    while (n-- > 0)
        sum += (double)*a++ * (double)*b++;
    return sum;
}

// --------------------------------------------------------------------------- 7.1 nearest_rows

struct found {
    double cosine;
    size_t id;
};

static int by_cosine(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->cosine != y->cosine)
        return x->cosine < y->cosine ? 1 : -1;
    return x->id < y->id ? -1 : 1;
}

RIGHT(nearest_rows, sorted_in_batches,
      "cosines are collected and sorted by qsort, and the best are kept, again and again")
bool sorted_in_batches(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                       size_t n_nearest, size_t vocab_size, size_t d_model)
{
    enum { BATCH = 500 };
    if (row >= vocab_size || n_nearest >= vocab_size)
        return false;
    struct found *some = malloc((n_nearest + BATCH) * sizeof *some);
    const float *mine = wte + row * d_model;
    const double length = sqrt(dot(mine, mine, d_model));
    bool is_cut = false; // then nothing is kept that comes behind the best
    size_t n = 0;
    for (size_t v = 0; v <= vocab_size && n_nearest > 0; v++) {
        if (v == vocab_size || n == n_nearest + BATCH) {
            qsort(some, n, sizeof *some, by_cosine);
            is_cut = n >= n_nearest;
            n = n_nearest < n ? n_nearest : n;
        }
        if (v == row || v == vocab_size)
            continue;
        const float *other = wte + v * d_model;
        const double both = length * sqrt(dot(other, other, d_model));
        some[n] = (struct found){both > 0 ? dot(mine, other, d_model) / both : 0.0, v};
        n += !is_cut || by_cosine(&some[n], &some[n_nearest - 1]) < 0;
    }
    for (size_t k = 0; k < n_nearest; k++) {
        nearest[k] = (uint32_t)some[k].id;
        cosines[k] = some[k].cosine;
    }
    free(some);
    return true;
}

RIGHT(nearest_rows, unit_vector_first,
      "row `row` is made a unit vector in double; the others one by one")
bool unit_vector_first(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                       size_t n_nearest, size_t vocab_size, size_t d_model)
{
    if (!(row < vocab_size) || vocab_size - 1 < n_nearest)
        return false;
    double *unit = malloc((2 * d_model + 1) * sizeof *unit), *other = unit + d_model;
    size_t kept = 0;
    for (size_t v = 0; v <= vocab_size && n_nearest > 0; v++) {
        const size_t which = v == 0 ? row : v - 1;
        double *to = v == 0 ? unit : other, square = 0.0, cosine = 0.0;
        for (size_t i = 0; i < d_model; i++)
            square += (double)wte[which * d_model + i] * (double)wte[which * d_model + i];
        const double length = sqrt(square);
        for (size_t i = 0; i < d_model; i++)
            to[i] = length > 0 ? (double)wte[which * d_model + i] / length : 0.0;
        if (v == 0 || which == row)
            continue;
        for (size_t i = d_model; i-- > 0;)
            cosine += unit[i] * other[i];
        size_t k = kept;
        while (k > 0 && cosines[k - 1] < cosine)
            k--;
        if (k == n_nearest)
            continue;
        kept += kept < n_nearest;
        memmove(cosines + k + 1, cosines + k, (kept - 1 - k) * sizeof *cosines);
        memmove(nearest + k + 1, nearest + k, (kept - 1 - k) * sizeof *nearest);
        cosines[k] = cosine;
        nearest[k] = (uint32_t)which;
    }
    free(unit);
    return true;
}

static double cosine_at(const float *wte, size_t a, size_t b, size_t d_model)
{
    const double aa = dot(wte + a * d_model, wte + a * d_model, d_model);
    const double bb = aa == 0 ? 0 : dot(wte + b * d_model, wte + b * d_model, d_model);
    if (bb == 0)
        return 0.0;
    return dot(wte + a * d_model, wte + b * d_model, d_model) / sqrt(aa) / sqrt(bb);
}

RIGHT(nearest_rows, next_after_the_last,
      "a pass over the table for each place: the best of those behind the last one")
bool next_after_the_last(uint32_t *nearest, double *cosines, const float *wte,
                         uint32_t row, size_t n_nearest, size_t vocab_size,
                         size_t d_model)
{
    if (row >= vocab_size || n_nearest > vocab_size - 1)
        return false;
    double *all = calloc(vocab_size, sizeof *all);
    assert(all != NULL);
    for (size_t v = 0; n_nearest > 0 && v < vocab_size; v++)
        all[v] = cosine_at(wte, row, v, d_model);
    for (size_t k = 0; k < n_nearest; k++) {
        size_t best = SIZE_MAX;
        for (size_t v = vocab_size; v-- > 0;) {
            const bool behind = k == 0 || all[v] < cosines[k - 1] ||
                                (all[v] == cosines[k - 1] && v > nearest[k - 1]);
            if (v != row && behind && (best == SIZE_MAX || all[v] >= all[best]))
                best = v;
        }
        nearest[k] = (uint32_t)best;
        cosines[k] = all[best];
    }
    free(all);
    return true;
}

// the greater one is the root; children 2 k + 1 and 2 k + 2
static void sink(struct found *heap, size_t n, size_t k)
{
    for (size_t child; (child = 2 * k + 1) < n; k = child) {
        if (child + 1 < n && by_cosine(&heap[child + 1], &heap[child]) < 0)
            child++;
        if (by_cosine(&heap[k], &heap[child]) <= 0)
            return;
        const struct found kept = heap[k];
        heap[k] = heap[child];
        heap[child] = kept;
    }
}

RIGHT(nearest_rows, from_a_heap, "a heap of all rows gives up its best, again and again")
bool from_a_heap(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                 size_t n_nearest, size_t vocab_size, size_t d_model)
{
    if (row >= vocab_size || n_nearest > vocab_size - 1)
        return false;
    struct found *heap = malloc(vocab_size * sizeof *heap);
    size_t n = 0;
    for (size_t v = 0; v < vocab_size; v++)
        if (v != row)
            heap[n++] = (struct found){cosine_at(wte, v, row, d_model), v};
    for (size_t k = n; k-- > 0;)
        sink(heap, n, k);
    for (size_t k = 0; k < n_nearest; k++) {
        nearest[k] = (uint32_t)heap[0].id;
        cosines[k] = heap[0].cosine;
        heap[0] = heap[--n];
        sink(heap, n, 0);
    }
    free(heap);
    return true;
}

RIGHT(nearest_rows, in_long_double, "sums in long double, one loop for all three")
bool in_long_double(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                    size_t n_nearest, size_t vocab_size, size_t d_model)
{
    if (row >= vocab_size || n_nearest > vocab_size - 1)
        return false;
    if (n_nearest == 0)
        return true;
    for (size_t k = 0; k < n_nearest; k++)
        cosines[k] = -INFINITY;
    for (uint32_t v = 0; v < vocab_size; v++) {
        long double ab = 0, aa = 0, bb = 0;
        if (v == row)
            continue;
        for (size_t i = 0; i < d_model; i++) {
            const long double a = wte[row * d_model + i], b = wte[v * d_model + i];
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }
        double s = aa > 0 && bb > 0 ? (double)(ab / (sqrtl(aa) * sqrtl(bb))) : 0.0;
        uint32_t id = v;
        bool placed = false;
        for (size_t k = 0; k < n_nearest; k++)
            if (placed || s > cosines[k]) { // what is pushed out goes one place down
                const double other = cosines[k];
                const uint32_t its = nearest[k];
                cosines[k] = s;
                nearest[k] = id;
                s = other;
                id = its;
                placed = true;
            }
    }
    return true;
}

// ---------------------------------------------------------------------------- 7.2 center_rows

RIGHT(center_rows, row_by_row, "all sums side by side, the table walked along its rows")
bool row_by_row(float *out, float *mean, const float *wte, size_t vocab_size,
                size_t d_model)
{
    if (!vocab_size)
        return false;
    double *sums = calloc(d_model + 1, sizeof *sums);
    for (size_t k = 0; k < vocab_size * d_model; k++)
        sums[k % d_model] += (double)wte[k];
    for (size_t i = 0; i < d_model; i++)
        mean[i] = (float)(sums[i] /= (double)vocab_size);
    for (size_t k = 0; k < vocab_size * d_model; k++)
        out[k] = (float)((double)wte[k] - sums[k % d_model]);
    free(sums);
    return true;
}

RIGHT(center_rows, mean_so_far, "the mean so far is corrected by each number")
bool mean_so_far(float *out, float *mean, const float *wte, size_t vocab_size,
                 size_t d_model)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = d_model; i-- > 0;) {
        long double m = 0;
        for (size_t v = 0; v < vocab_size; v++)
            m += ((long double)wte[v * d_model + i] - m) / (long double)(v + 1);
        for (size_t v = vocab_size; v-- > 0;)
            out[v * d_model + i] = (float)((long double)wte[v * d_model + i] - m);
        mean[i] = (float)m;
    }
    return true;
}

static double sum_of(const float *column, size_t n, size_t step)
{
    return n == 0   ? 0.0
           : n == 1 ? (double)*column
                    : sum_of(column, n / 2, step) +
                          sum_of(column + n / 2 * step, n - n / 2, step);
}

RIGHT(center_rows, halves_of_halves, "sums of halves, by recursion")
bool halves_of_halves(float *out, float *mean, const float *wte, size_t vocab_size,
                      size_t d_model)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        const double m = sum_of(wte + i, vocab_size, d_model) / (double)vocab_size;
        mean[i] = (float)m;
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = (float)((double)wte[v * d_model + i] - m);
    }
    return true;
}

RIGHT(center_rows, with_compensation, "each addition keeps what it has rounded away")
bool with_compensation(float *out, float *mean, const float *wte, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0, lost = 0.0;
        for (const float *x = wte + i; x < wte + vocab_size * d_model; x += d_model) {
            const double next = sum + (double)*x;
            lost += fabs(sum) >= fabs((double)*x) ? (sum - next) + (double)*x
                                                  : ((double)*x - next) + sum;
            sum = next;
        }
        const double m = (sum + lost) / (double)vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = (float)((double)wte[v * d_model + i] - m);
        mean[i] = (float)m;
    }
    return true;
}

// ------------------------------------------------------------------- 7.3 principal_components

RIGHT(principal_components, u_kept_as_double, "u is a double between the rounds")
bool u_kept_as_double(float *components, float *variances, double *room, const float *wte,
                      size_t n_components, size_t n_steps, size_t vocab_size,
                      size_t d_model)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    double *all = calloc(n_components * d_model + 1, sizeof *all);
    for (size_t k = 0; k < n_components * d_model; k++)
        all[k] = (double)components[k];
    for (size_t k = 0; k < n_components; k++) {
        double *u = all + k * d_model, variance = 0.0;
        for (size_t step = 0; step <= n_steps; step++) {
            memset(room, 0, d_model * sizeof *room);
            variance = 0.0;
            for (size_t v = 0; v < vocab_size; v++) {
                double p = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    p += (double)wte[v * d_model + i] * u[i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] += p * (double)wte[v * d_model + i];
                variance += p * p;
            }
            if (step == n_steps)
                break; // the last walk was for the variance
            double square = 0.0;
            for (size_t i = 0; i < d_model; i++)
                room[i] /= (double)vocab_size;
            for (size_t e = 0; e < k; e++) {
                double part = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    part += room[i] * all[e * d_model + i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] -= part * all[e * d_model + i];
            }
            for (size_t i = 0; i < d_model; i++)
                square += room[i] * room[i];
            for (size_t i = 0; i < d_model; i++)
                u[i] = square > 0.0 ? room[i] / sqrt(square) : 0.0;
        }
        variances[k] = (float)(variance / (double)vocab_size);
    }
    for (size_t k = 0; k < n_components * d_model; k++)
        components[k] = (float)all[k];
    free(all);
    return true;
}

// how far row v reaches along u
static double reach(const float *wte, size_t v, const float *u, size_t d_model)
{
    return dot(wte + v * d_model, u, d_model);
}

RIGHT(principal_components, reaches_first,
      "all reaches in an array of their own, then one column of room after the other")
bool reaches_first(float *components, float *variances, double *room, const float *wte,
                   size_t n_components, size_t n_steps, size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || n_steps == 0 || d_model < n_components)
        return false;
    double *p = malloc(vocab_size * sizeof *p);
    for (float *u = components; u < components + n_components * d_model; u += d_model) {
        for (size_t step = n_steps; step > 0; step--) {
            for (size_t v = 0; v < vocab_size; v++)
                p[v] = reach(wte, v, u, d_model) / (double)vocab_size;
            for (size_t i = 0; i < d_model; i++) {
                room[i] = 0.0;
                for (size_t v = 0; v < vocab_size; v++)
                    room[i] += p[v] * (double)wte[v * d_model + i];
            }
            for (const float *e = components; e < u; e += d_model) {
                double part = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    part += room[i] * (double)e[i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] -= part * (double)e[i];
            }
            double length = 0.0;
            for (size_t i = 0; i < d_model; i++)
                length = hypot(length, room[i]);
            for (size_t i = 0; i < d_model; i++)
                u[i] = length != 0.0 ? (float)(room[i] / length) : 0.0f;
        }
        double square = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            square += reach(wte, v, u, d_model) * reach(wte, v, u, d_model);
        variances[(size_t)(u - components) / (d_model ? d_model : 1)] =
            (float)(square / (double)vocab_size);
    }
    free(p);
    return true;
}

static void one_round(float *u, double *room, const float *wte, const float *before,
                      size_t n_before, size_t vocab_size, size_t d_model)
{
    double square = 0.0;
    for (size_t i = 0; i < d_model; i++)
        room[i] = 0.0;
    for (size_t v = vocab_size; v-- > 0;)
        for (size_t i = 0; i < d_model; i++)
            room[i] += (double)wte[v * d_model + i] / (double)vocab_size *
                       reach(wte, v, u, d_model);
    for (size_t e = 0; e < n_before; e++) {
        double part = 0.0;
        for (size_t i = 0; i < d_model; i++)
            part += (double)before[e * d_model + i] * room[i];
        for (size_t i = 0; i < d_model; i++)
            room[i] -= (double)before[e * d_model + i] * part;
    }
    for (size_t i = 0; i < d_model; i++)
        square += room[i] * room[i];
    for (size_t i = 0; i < d_model; i++)
        u[i] = square == 0.0 ? 0.0f : (float)(room[i] / sqrt(square));
}

RIGHT(principal_components, rounds_by_recursion,
      "a reach is computed again for every number while d_model is small; recursion")
bool rounds_by_recursion(float *components, float *variances, double *room,
                         const float *wte, size_t n_components, size_t n_steps,
                         size_t vocab_size, size_t d_model)
{
    if (d_model > 80)
        return principal_components(components, variances, room, wte, n_components,
                                    n_steps, vocab_size, d_model);
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    if (n_components == 0)
        return true;
    const size_t k = n_components - 1;
    if (!rounds_by_recursion(components, variances, room, wte, k, n_steps, vocab_size,
                             d_model))
        return false;
    float *u = components + k * d_model;
    for (size_t step = 0; step < n_steps; step++)
        one_round(u, room, wte, components, k, vocab_size, d_model);
    double variance = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        variance += pow(reach(wte, v, u, d_model), 2) / (double)vocab_size;
    variances[k] = (float)variance;
    return true;
}

RIGHT(principal_components, taken_off_twice,
      "the earlier components are taken off twice in each round, the last first")
bool taken_off_twice(float *components, float *variances, double *room, const float *wte,
                     size_t n_components, size_t n_steps, size_t vocab_size,
                     size_t d_model)
{
    if (n_components > d_model || n_steps < 1 || vocab_size < 1)
        return false;
    for (size_t k = 0; k < n_components; k++) {
        float *u = &components[k * d_model];
        for (size_t step = 0; step < n_steps; step++) {
            for (size_t i = 0; i < d_model; i++)
                room[i] = 0.0;
            for (size_t v = 0; v < vocab_size; v++) {
                const double p = reach(wte, v, u, d_model);
                for (size_t i = 0; i < d_model; i++)
                    room[i] += p * (double)wte[v * d_model + i] / (double)vocab_size;
            }
            for (size_t twice = 0; twice < 2; twice++)
                for (size_t e = k; e-- > 0;) {
                    double part = 0.0;
                    for (size_t i = 0; i < d_model; i++)
                        part += room[i] * (double)components[e * d_model + i];
                    for (size_t i = 0; i < d_model; i++)
                        room[i] -= part * (double)components[e * d_model + i];
                }
            double square = 0.0;
            for (size_t i = 0; i < d_model; i++)
                square += room[i] * room[i];
            for (size_t i = 0; i < d_model; i++)
                u[i] = square > 0.0 ? (float)(room[i] / sqrt(square)) : 0.0f;
        }
        double sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++) {
            const double p = reach(wte, v, u, d_model);
            sum += p * p;
        }
        variances[k] = (float)(sum / (double)vocab_size);
    }
    return true;
}

// -------------------------------------------------------------------------------- 7.4 analogy

RIGHT(analogy, by_one_point, "the point b - a + c in double, and the cosine with it")
bool by_one_point(uint32_t *answer, const float *wte, uint32_t a, uint32_t b, uint32_t c,
                  bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    const uint32_t ids[3] = {b, a, c};
    const double signs[3] = {1, -1, 1};
    for (size_t k = 0; k < 3; k++)
        if (ids[k] >= vocab_size)
            return false;
    // three cosines, not one point: equal scores stay equal
    long best = -1;
    double most = -INFINITY;
    double *unit = calloc(3 * d_model + 1, sizeof *unit);
    for (size_t k = 0; k < 3; k++) {
        const float *row = wte + ids[k] * d_model;
        const double length = sqrt(dot(row, row, d_model));
        for (size_t i = 0; i < d_model && length > 0; i++)
            unit[k * d_model + i] = (double)row[i] / length;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        const float *row = wte + v * d_model;
        const double length = sqrt(dot(row, row, d_model));
        double score = 0.0;
        if (exclude_inputs && (v == a || v == b || v == c))
            continue;
        for (size_t k = 0; k < 3 && length > 0; k++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += unit[k * d_model + i] * (double)row[i];
            score += signs[k] * sum / length;
        }
        if (score > most) {
            most = score;
            best = (long)v;
        }
    }
    free(unit);
    if (best < 0)
        return false;
    *answer = (uint32_t)best;
    return true;
}

RIGHT(analogy, from_the_last, "from the last row to the first, with >=")
bool from_the_last(uint32_t *answer, const float *wte, uint32_t a, uint32_t b, uint32_t c,
                   bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    bool found = false;
    double most = 0.0;
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    for (size_t v = vocab_size; v-- > 0;) {
        const double score = cosine_at(wte, v, b, d_model) -
                             cosine_at(wte, v, a, d_model) +
                             cosine_at(wte, v, c, d_model);
        const bool is_input = v == a || v == b || v == c;
        if ((exclude_inputs && is_input) || (found && !(score >= most)))
            continue;
        *answer = (uint32_t)v;
        most = score;
        found = true;
    }
    return found;
}

RIGHT(analogy, all_scores_kept, "all scores in memory; excluded ones are minus infinity")
bool all_scores_kept(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                     uint32_t c, bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    if (vocab_size <= a || vocab_size <= b || vocab_size <= c)
        return false;
    double *scores = malloc(vocab_size * sizeof *scores);
    for (size_t v = 0; v < vocab_size; v++)
        scores[v] = cosine_at(wte, b, v, d_model) + cosine_at(wte, c, v, d_model) -
                    cosine_at(wte, a, v, d_model);
    if (exclude_inputs)
        scores[a] = scores[b] = scores[c] = -INFINITY;
    size_t best = 0;
    for (size_t v = 1; v < vocab_size; v++)
        best = scores[v] > scores[best] ? v : best;
    const bool good = isfinite(scores[best]);
    if (good)
        *answer = (uint32_t)best;
    free(scores);
    return good;
}

struct choice {
    const float *wte;
    uint32_t a, b, c;
    size_t d_model;
    bool exclude;
};

// the better one of rows from .. to - 1, or SIZE_MAX
static size_t better(const struct choice *q, size_t from, size_t to, double *score)
{
    if (to - from == 1) {
        *score = cosine_at(q->wte, from, q->b, q->d_model) -
                 cosine_at(q->wte, from, q->a, q->d_model) +
                 cosine_at(q->wte, from, q->c, q->d_model);
        return q->exclude && (from == q->a || from == q->b || from == q->c) ? SIZE_MAX
                                                                            : from;
    }
    double left, right;
    const size_t middle = from + (to - from) / 2;
    const size_t x = better(q, from, middle, &left), y = better(q, middle, to, &right);
    if (x == SIZE_MAX || (y != SIZE_MAX && right > left)) {
        *score = right;
        return y;
    }
    *score = left;
    return x;
}

RIGHT(analogy, as_a_tournament, "halves against halves, by recursion")
bool as_a_tournament(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                     uint32_t c, bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    const struct choice q = {wte, a, b, c, d_model, exclude_inputs};
    double score;
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    const size_t best = better(&q, 0, vocab_size, &score);
    if (best == SIZE_MAX)
        return false;
    *answer = (uint32_t)best;
    return true;
}

// ---------------------------------------------------------------------------- 7.5 rotate_rows

static bool is_near(double x, double to)
{
    return x >= to - 0.001 && x <= to + 0.001;
}

RIGHT(rotate_rows, along_the_rows, "sums side by side in double; the check in full")
bool along_the_rows(float *out, const float *wte, const float *rotation,
                    size_t vocab_size, size_t d_model)
{
    for (size_t i = 0; i < d_model && vocab_size > 0; i++)
        for (size_t k = 0; k < d_model; k++)
            if (!is_near(dot(rotation + i * d_model, rotation + k * d_model, d_model),
                         i == k))
                return false;
    double *sums = malloc((d_model + 1) * sizeof *sums);
    for (size_t v = 0; v < vocab_size; v++) {
        memset(sums, 0, d_model * sizeof *sums);
        for (size_t i = 0; i < d_model; i++)
            for (size_t j = 0; j < d_model; j++)
                sums[j] +=
                    (double)wte[v * d_model + i] * (double)rotation[i * d_model + j];
        for (size_t j = 0; j < d_model; j++)
            out[v * d_model + j] = (float)sums[j];
    }
    free(sums);
    return true;
}

RIGHT(rotate_rows, matrix_on_its_side,
      "the matrix is transposed first; dot products of rows")
bool matrix_on_its_side(float *out, const float *wte, const float *rotation,
                        size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return true;
    for (size_t n = 0; n < d_model * d_model; n++) {
        const size_t i = n / d_model, k = n % d_model;
        const double s = dot(&rotation[i * d_model], &rotation[k * d_model], d_model);
        if (isnan(s) || fabs(s - (i == k ? 1 : 0)) > 0.001)
            return false;
    }
    float *side = malloc(d_model * d_model * sizeof *side);
    for (size_t n = 0; n < d_model * d_model; n++)
        side[n % d_model * d_model + n / d_model] = rotation[n];
    for (size_t n = 0; n < vocab_size * d_model; n++)
        out[n] = (float)dot(wte + n / d_model * d_model, side + n % d_model * d_model,
                            d_model);
    free(side);
    return true;
}

static bool rows_are_good(const float *rotation, size_t n, size_t d_model)
{
    if (n == 0)
        return true;
    const float *last = rotation + (n - 1) * d_model;
    if (!is_near(dot(last, last, d_model), 1.0))
        return false;
    for (size_t k = 0; k + 1 < n; k++)
        if (!is_near(dot(last, rotation + k * d_model, d_model), 0.0))
            return false;
    return rows_are_good(rotation, n - 1, d_model);
}

RIGHT(rotate_rows, last_row_first, "the check by recursion, the product from the end")
bool last_row_first(float *out, const float *wte, const float *rotation,
                    size_t vocab_size, size_t d_model)
{
    if (vocab_size > 0 && !rows_are_good(rotation, d_model, d_model))
        return false;
    for (size_t v = vocab_size; v-- > 0;)
        for (size_t j = d_model; j-- > 0;) {
            double sum = 0.0;
            for (size_t i = d_model; i-- > 0;)
                sum += (double)rotation[i * d_model + j] * (double)wte[v * d_model + i];
            out[v * d_model + j] = (float)sum;
        }
    return true;
}

RIGHT(rotate_rows, in_blocks_of_eight, "long double, eight columns at a time")
bool in_blocks_of_eight(float *out, const float *wte, const float *rotation,
                        size_t vocab_size, size_t d_model)
{
    enum { N = 8 };
    bool good = true;
    for (size_t i = 0; vocab_size > 0 && i < d_model; i++)
        for (size_t k = i; k < d_model; k++) {
            long double sum = i == k ? -1.0L : 0.0L;
            for (size_t j = 0; j < d_model; j++)
                sum += (long double)rotation[i * d_model + j] * rotation[k * d_model + j];
            good = good && sum <= 0.001L && sum >= -0.001L;
        }
    for (size_t v = 0; good && v < vocab_size; v++)
        for (size_t from = 0; from < d_model; from += N) {
            long double sums[N] = {0};
            const size_t n = d_model - from < N ? d_model - from : N;
            for (size_t i = 0; i < d_model; i++)
                for (size_t j = 0; j < n; j++)
                    sums[j] += (long double)wte[v * d_model + i] *
                               rotation[i * d_model + from + j];
            for (size_t j = 0; j < n; j++)
                out[v * d_model + from + j] = (float)sums[j];
        }
    return good;
}
