// Other right answers to the exercises of chapter 13: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ------------------------------------------------------------------------ 13.1 mean_pool

RIGHT(mean_pool, running_mean, "the mean of the first, of the first two, and so on")
bool running_mean(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                  size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t i = 0; i < d_model && n_tokens > 0; i++) {
        double mean = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            mean += ((double)wte[ids[t] * d_model + i] - mean) / (double)(t + 1);
        out[i] = (float)mean;
    }
    return n_tokens > 0;
}

RIGHT(mean_pool, token_by_token, "a row of doubles that the tokens are added to")
bool token_by_token(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    double *sum = calloc(d_model + 1, sizeof *sum);
    bool good = n_tokens > 0;
    for (size_t t = 0; good && t < n_tokens; t++)
        if ((good = ids[t] < vocab_size))
            for (size_t i = 0; i < d_model; i++)
                sum[i] += (double)wte[ids[t] * d_model + i];
    for (size_t i = 0; good && i < d_model; i++)
        out[i] = (float)(sum[i] / (double)n_tokens);
    free(sum);
    return good;
}

RIGHT(mean_pool, counted_first, "each token divided by n before it is added, backwards")
bool counted_first(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    if (!n_tokens)
        return false;
    for (const uint32_t *id = ids; id < ids + n_tokens; id++)
        if (!(*id < vocab_size))
            return false;
    for (size_t i = d_model; i-- > 0;) {
        double mean = 0.0;
        for (size_t t = n_tokens; t-- > 0;)
            mean += (double)wte[(size_t)ids[t] * d_model + i] / (double)n_tokens;
        out[i] = (float)mean;
    }
    return true;
}

RIGHT(mean_pool, long_doubles, "sums in long double")
bool long_doubles(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                  size_t vocab_size, size_t d_model)
{
    size_t t = 0;
    while (t < n_tokens && ids[t] < vocab_size)
        t++;
    if (t < n_tokens || t == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        long double sum = 0.0L;
        for (t = 0; t < n_tokens; t++)
            sum += wte[ids[t] * d_model + i];
        out[i] = (float)(sum / n_tokens);
    }
    return true;
}

RIGHT(mean_pool, two_halves, "the sum in two halves, times the reciprocal")
bool two_halves(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t i = 0; i < d_model; i++) {
        double even = 0.0, odd = 0.0;
        for (size_t t = 0; t < n_tokens; t += 2)
            even += (double)wte[ids[t] * d_model + i];
        for (size_t t = 1; t < n_tokens; t += 2)
            odd += (double)wte[ids[t] * d_model + i];
        out[i] = (float)((even + odd) * (1.0 / (double)n_tokens));
    }
    return true;
}

// --------------------------------------------------------------------------- 13.2 search

struct found {
    double cosine;
    size_t row;
};

static int by_cosine(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->cosine != y->cosine)
        return x->cosine < y->cosine ? 1 : -1;
    return x->row < y->row ? -1 : 1;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    while (n-- > 0)
        sum += (double)a[n] * (double)b[n];
    return sum;
}

static double cosine_at(const float *rows, size_t r, const float *query, size_t d)
{
    const double rr = dot(rows + r * d, rows + r * d, d), qq = dot(query, query, d);
    return rr == 0 || qq == 0 ? 0.0 : dot(rows + r * d, query, d) / sqrt(rr) / sqrt(qq);
}

RIGHT(search, all_sorted, "all cosines in memory, sorted by qsort")
bool all_sorted(uint32_t *found, double *cosines, const float *rows, const float *query,
                size_t n_found, size_t n_rows, size_t d_model)
{
    if (n_rows < n_found)
        return false;
    struct found *all = malloc((n_rows + 1) * sizeof *all);
    for (size_t r = 0; r < n_rows; r++)
        all[r] = (struct found){cosine_at(rows, r, query, d_model), r};
    qsort(all, n_rows, sizeof *all, by_cosine);
    for (size_t k = 0; k < n_found; k++) {
        found[k] = (uint32_t)all[k].row;
        cosines[k] = all[k].cosine;
    }
    free(all);
    return true;
}

RIGHT(search, next_after_the_last,
      "a pass over the cosines for each place: the best of those behind the last one")
bool next_after_the_last(uint32_t *found, double *cosines, const float *rows,
                         const float *query, size_t n_found, size_t n_rows,
                         size_t d_model)
{
    if (n_found > n_rows)
        return false;
    double *all = calloc(n_rows + 1, sizeof *all);
    for (size_t r = 0; n_found > 0 && r < n_rows; r++)
        all[r] = cosine_at(rows, r, query, d_model);
    for (size_t k = 0; k < n_found; k++) {
        size_t best = SIZE_MAX;
        for (size_t r = n_rows; r-- > 0;) {
            const bool behind = k == 0 || all[r] < cosines[k - 1] ||
                                (all[r] == cosines[k - 1] && r > found[k - 1]);
            if (behind && (best == SIZE_MAX || all[r] >= all[best]))
                best = r;
        }
        found[k] = (uint32_t)best;
        cosines[k] = all[best];
    }
    free(all);
    return true;
}

RIGHT(search, unit_query, "the query is made a unit vector in double first")
bool unit_query(uint32_t *found, double *cosines, const float *rows, const float *query,
                size_t n_found, size_t n_rows, size_t d_model)
{
    if (n_found > n_rows)
        return false;
    double *unit = malloc((d_model + 1) * sizeof *unit);
    const double length = sqrt(dot(query, query, d_model));
    for (size_t i = 0; i < d_model; i++)
        unit[i] = length > 0 ? (double)query[i] / length : 0.0;
    size_t kept = 0;
    for (size_t r = 0; r < n_rows && n_found > 0; r++) {
        double s = 0.0, square = 0.0;
        for (size_t i = 0; i < d_model; i++) {
            s += (double)rows[r * d_model + i] * unit[i];
            square += pow((double)rows[r * d_model + i], 2);
        }
        s = square > 0 ? s / sqrt(square) : 0.0;
        size_t k = kept;
        while (k > 0 && cosines[k - 1] < s)
            k--;
        if (k == n_found)
            continue;
        kept += kept < n_found;
        memmove(cosines + k + 1, cosines + k, (kept - 1 - k) * sizeof *cosines);
        memmove(found + k + 1, found + k, (kept - 1 - k) * sizeof *found);
        cosines[k] = s;
        found[k] = (uint32_t)r;
    }
    free(unit);
    return true;
}

// the worse one is the root: of the rows kept, the first to go
static void sink(struct found *heap, size_t n, size_t k)
{
    for (size_t child; (child = 2 * k + 1) < n; k = child) {
        if (child + 1 < n && by_cosine(&heap[child + 1], &heap[child]) > 0)
            child++;
        if (by_cosine(&heap[k], &heap[child]) >= 0)
            return;
        const struct found kept = heap[k];
        heap[k] = heap[child];
        heap[child] = kept;
    }
}

RIGHT(search, worst_on_top, "a heap of the best so far, the worst of them on top")
bool worst_on_top(uint32_t *found, double *cosines, const float *rows, const float *query,
                  size_t n_found, size_t n_rows, size_t d_model)
{
    if (n_found > n_rows)
        return false;
    if (n_found == 0)
        return true;
    struct found *heap = malloc(n_found * sizeof *heap);
    for (size_t r = 0; r < n_found; r++)
        heap[r] = (struct found){cosine_at(rows, r, query, d_model), r};
    for (size_t k = n_found / 2; k-- > 0;)
        sink(heap, n_found, k);
    for (size_t r = n_found; r < n_rows; r++) {
        const struct found new = {cosine_at(rows, r, query, d_model), r};
        if (by_cosine(&new, &heap[0]) < 0) {
            heap[0] = new;
            sink(heap, n_found, 0);
        }
    }
    qsort(heap, n_found, sizeof *heap, by_cosine);
    for (size_t k = 0; k < n_found; k++) {
        found[k] = (uint32_t)heap[k].row;
        cosines[k] = heap[k].cosine;
    }
    free(heap);
    return true;
}

// -------------------------------------------------------------------- 13.3 weighted_pool

RIGHT(weighted_pool, weights_in_memory, "all weights first, then a row of sums")
bool weights_in_memory(float *out, const float *wte, const uint32_t *ids, const double *p,
                       double a, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (n_tokens < 1 || !(a > 0) || isinf(a))
        return false;
    double *room = calloc(n_tokens + d_model, sizeof *room), *sum = room + n_tokens;
    bool good = true;
    for (size_t t = 0; t < n_tokens && good; t++) {
        good = ids[t] < vocab_size && p[ids[t]] >= 0 && p[ids[t]] <= 1;
        if (good)
            room[t] = a / (a + p[ids[t]]) / (double)n_tokens;
    }
    for (size_t t = 0; t < n_tokens && good; t++)
        for (size_t i = 0; i < d_model; i++)
            sum[i] += room[t] * (double)wte[ids[t] * d_model + i];
    for (size_t i = 0; i < d_model && good; i++)
        out[i] = (float)sum[i];
    free(room);
    return good;
}

RIGHT(weighted_pool, one_over_one_plus, "the weight as 1 / (1 + p / a)")
bool one_over_one_plus(float *out, const float *wte, const uint32_t *ids, const double *p,
                       double a, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0 || !isfinite(a) || a <= 0)
        return false;
    for (size_t t = n_tokens; t-- > 0;)
        if (ids[t] >= vocab_size || isnan(p[ids[t]]) || p[ids[t]] < 0 || p[ids[t]] > 1)
            return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = n_tokens; t-- > 0;)
            sum += (double)wte[ids[t] * d_model + i] / (1.0 + p[ids[t]] / a);
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

static bool all_well(const uint32_t *ids, const double *p, size_t n, size_t vocab_size)
{
    return n == 0 || (*ids < vocab_size && p[*ids] >= 0 && p[*ids] <= 1 &&
                      all_well(ids + 1, p, n - 1, vocab_size));
}

RIGHT(weighted_pool, checked_by_recursion, "one check that calls itself for the rest")
bool checked_by_recursion(float *out, const float *wte, const uint32_t *ids,
                          const double *p, double a, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    if (n_tokens == 0 || !(a > 0 && a <= 1.7976931348623157e308) ||
        !all_well(ids, p, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        long double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (long double)(a / (a + p[ids[t]])) * wte[ids[t] * d_model + i];
        out[i] = (float)(sum / n_tokens);
    }
    return true;
}

RIGHT(weighted_pool, a_taken_out, "the sum of row / (a + p), times a at the end")
bool a_taken_out(float *out, const float *wte, const uint32_t *ids, const double *p,
                 double a, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!n_tokens || !(a > 0) || !(a < INFINITY))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        if (!(ids[t] < vocab_size))
            return false;
        const double share = p[ids[t]];
        if (!(0 <= share && share <= 1))
            return false;
    }
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++) {
            const double w = a / (p[ids[t]] + a);
            sum = fma(w, (double)*(wte + i + d_model * ids[t]), sum);
        }
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

// ------------------------------------------------------------------------- 13.4 patchify

RIGHT(patchify, by_the_formula, "five indices, each number by itself")
bool by_the_formula(float *out, const float *image, size_t height, size_t width,
                    size_t n_channels, size_t patch)
{
    if (!patch || height % patch || width % patch)
        return false;
    const size_t across = width / patch, size = patch * patch * n_channels;
    for (size_t n = 0; n < height / patch * across; n++)
        for (size_t r = 0; r < patch; r++)
            for (size_t c = 0; c < patch; c++)
                for (size_t k = 0; k < n_channels; k++)
                    out[n * size + (r * patch + c) * n_channels + k] =
                        image[((n / across * patch + r) * width + n % across * patch +
                               c) *
                                  n_channels +
                              k];
    return true;
}

RIGHT(patchify, strips_of_memory, "whole rows of a patch by memcpy")
bool strips_of_memory(float *out, const float *image, size_t height, size_t width,
                      size_t n_channels, size_t patch)
{
    if (patch == 0 || height % patch != 0 || width % patch != 0)
        return false;
    const size_t strip = patch * n_channels;
    for (size_t R = 0; R < height; R += patch)
        for (size_t C = 0; C < width; C += patch)
            for (size_t r = R; r < R + patch; r++, out += strip)
                memcpy(out, image + (r * width + C) * n_channels, strip * sizeof *out);
    return true;
}

RIGHT(patchify, pixel_by_pixel, "a walk over the picture: where does this pixel go?")
bool pixel_by_pixel(float *out, const float *image, size_t height, size_t width,
                    size_t n_channels, size_t patch)
{
    if (patch == 0 || height / patch * patch != height || width / patch * patch != width)
        return false;
    for (size_t r = 0; r < height; r++)
        for (size_t c = 0; c < width; c++) {
            const size_t n = r / patch * (width / patch) + c / patch;
            const size_t i = r % patch * patch + c % patch;
            for (size_t k = 0; k < n_channels; k++)
                out[(n * patch * patch + i) * n_channels + k] = *image++;
        }
    return true;
}

RIGHT(patchify, backwards, "from the last number of out to the first")
bool backwards(float *out, const float *image, size_t height, size_t width,
               size_t n_channels, size_t patch)
{
    if (patch == 0 || height % patch || width % patch)
        return false;
    size_t rest = height * width * n_channels;
    while (rest-- > 0) {
        size_t at = rest;
        const size_t k = at % n_channels;
        at /= n_channels;
        const size_t c = at % patch;
        at /= patch;
        const size_t r = at % patch;
        at /= patch;
        const size_t C = at % (width / patch), R = at / (width / patch);
        memcpy(out + rest,
               image + ((R * patch + r) * width + C * patch + c) * n_channels + k,
               sizeof *out);
    }
    return true;
}

// --------------------------------------------------------------------- 13.5 residue_rows

RIGHT(residue_rows, best_each_time, "for each column a search for the best that is left")
bool best_each_time(float *out, const double *values, const double *vectors,
                    size_t d_model, size_t n)
{
    if (n < d_model)
        return false;
    unsigned char *used = calloc(n + 1, 1);
    for (size_t k = 0; k < d_model; k++) {
        size_t best = n;
        for (size_t e = 0; e < n; e++)
            if (!used[e] && (best == n || values[e] > values[best]))
                best = e;
        used[best] = 1;
        for (size_t r = 0; r < n; r++)
            out[r * d_model + k] =
                values[best] > 0 ? (float)(sqrt(values[best]) * vectors[best * n + r])
                                 : 0;
    }
    free(used);
    return true;
}

struct entry {
    double value;
    size_t index;
};

static int falling(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->value > y->value || x->value < y->value)
        return x->value < y->value ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

RIGHT(residue_rows, sorted_entries, "sorted by qsort, zeros first, then the columns")
bool sorted_entries(float *out, const double *values, const double *vectors,
                    size_t d_model, size_t n)
{
    if (d_model > n)
        return false;
    struct entry *all = malloc((n + 1) * sizeof *all);
    for (size_t e = 0; e < n; e++)
        all[e] = (struct entry){values[e], e};
    qsort(all, n, sizeof *all, falling);
    memset(out, 0, n * d_model * sizeof *out);
    for (size_t k = 0; k < d_model && all[k].value > 0; k++)
        for (size_t r = 0; r < n; r++)
            out[r * d_model + k] =
                (float)(sqrt(all[k].value) * vectors[all[k].index * n + r]);
    free(all);
    return true;
}

RIGHT(residue_rows, row_by_row, "an order of indices by insertion, then row after row")
bool row_by_row(float *out, const double *values, const double *vectors, size_t d_model,
                size_t n)
{
    if (d_model > n)
        return false;
    size_t *order = malloc((n + 1) * sizeof *order);
    for (size_t e = 0; e < n; e++) {
        size_t k = e;
        for (; k > 0 && values[order[k - 1]] < values[e]; k--)
            order[k] = order[k - 1];
        order[k] = e;
    }
    for (size_t r = 0; r < n; r++)
        for (size_t k = 0; k < d_model; k++) {
            const double value = fmax(values[order[k]], 0.0);
            *out++ = value > 0 ? (float)(vectors[order[k] * n + r] * sqrt(value)) : 0.0f;
        }
    free(order);
    return true;
}

RIGHT(residue_rows, powers, "the root as a power, in long double")
bool powers(float *out, const double *values, const double *vectors, size_t d_model,
            size_t n)
{
    if (!(d_model <= n))
        return false;
    for (size_t e = 0; e < n; e++) {
        size_t k = 0;
        for (size_t f = 0; f < n; f++)
            k += f < e ? values[f] >= values[e] : values[f] > values[e];
        if (k >= d_model)
            continue;
        const long double root = values[e] > 0 ? powl(values[e], 0.5L) : 0;
        for (size_t r = 0; r < n; r++)
            out[r * d_model + k] =
                values[e] > 0 ? (float)(root * vectors[e * n + r]) : 0.0f;
    }
    return true;
}
