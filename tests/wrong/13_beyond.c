// Wrong answers to the exercises of chapter 13, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POOL(name)                                                                       \
    bool name(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,        \
              size_t vocab_size, size_t d_model)
#define SEARCH(name)                                                                     \
    bool name(uint32_t *found, double *cosines, const float *rows, const float *query,   \
              size_t n_found, size_t n_rows, size_t d_model)
#define WEIGHTED(name)                                                                   \
    bool name(float *out, const float *wte, const uint32_t *ids, const double *p,        \
              double a, size_t n_tokens, size_t vocab_size, size_t d_model)
#define PATCHIFY(name)                                                                   \
    bool name(float *out, const float *image, size_t height, size_t width,               \
              size_t n_channels, size_t patch)
#define RESIDUES(name)                                                                   \
    bool name(float *out, const double *values, const double *vectors, size_t d_model,   \
              size_t n)

static bool ids_good(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    return true;
}

// ------------------------------------------------------------------------ 13.1 mean_pool

WRONG(mean_pool, worked_example, sum_only,
      "This is the sum of the rows: divide it by the number of tokens.")
POOL(sum_only)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)sum;
    }
    return true;
}

WRONG(mean_pool, random_tables, divided_by_width,
      "The sum is divided by d_model: divide it by the number of tokens.")
POOL(divided_by_width)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)d_model);
    }
    return true;
}

WRONG(mean_pool, random_tables, first_rows,
      "This is the mean of the first n_tokens rows of the table: token t has row ids[t].")
POOL(first_rows)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[t % vocab_size * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

WRONG(mean_pool, random_tables, whole_table,
      "This is the mean of all rows of the table: only those of the tokens count.")
POOL(whole_table)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)wte[v * d_model + i];
        out[i] = (float)(sum / (double)vocab_size);
    }
    return true;
}

WRONG(mean_pool, repeated_tokens, each_once,
      "A token that occurs twice is counted once: it counts as often as it occurs.")
POOL(each_once)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        size_t n = 0;
        for (size_t t = 0; t < n_tokens; t++) {
            bool before = false;
            for (size_t s = 0; s < t; s++)
                before = before || ids[s] == ids[t];
            if (before)
                continue;
            sum += (double)wte[ids[t] * d_model + i];
            n++;
        }
        out[i] = (float)(sum / (double)n);
    }
    return true;
}

WRONG(mean_pool, sums_in_double, sums_in_float,
      "The sum is a float, which has 24 bits: add up in double, and round once.")
POOL(sums_in_float)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        float sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += wte[ids[t] * d_model + i];
        out[i] = sum / (float)n_tokens;
    }
    return true;
}

WRONG(mean_pool, sums_in_double, rounded_sum,
      "The sum is rounded to float before it is divided: divide in double.")
POOL(rounded_sum)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)sum / (float)n_tokens;
    }
    return true;
}

WRONG(mean_pool, large_sizes, int_offsets,
      "ids[t] * d_model is computed in 32 bits, and wraps around: multiply in size_t.")
POOL(int_offsets)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    const uint32_t d = (uint32_t)d_model;
    for (uint32_t i = 0; i < d; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[(uint32_t)(ids[t] * d % 0x80000000u) + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

WRONG(mean_pool, large_sizes, at_most_512,
      "Only the first 512 tokens count: a text may be of any length.")
POOL(at_most_512)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    const size_t n = n_tokens < 512 ? n_tokens : 512;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n);
    }
    return true;
}

CAUGHT(mean_pool, refuses_bad_ids, bad_ids_skipped, "must return false")
POOL(bad_ids_skipped)
{
    size_t n = 0;
    for (size_t t = 0; t < n_tokens; t++)
        n += ids[t] < vocab_size;
    if (n == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            if (ids[t] < vocab_size)
                sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n);
    }
    return true;
}

CAUGHT(mean_pool, refuses_bad_ids, written_before_checked, "must stay untouched")
POOL(written_before_checked)
{
    if (n_tokens == 0)
        return false;
    for (size_t i = 0; i < d_model; i++)
        out[i] = 0;
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
    }
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

WRONG(mean_pool, no_tokens, zeros_for_nothing, "Zeros are no mean.")
POOL(zeros_for_nothing)
{
    if (!ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = n_tokens ? (float)(sum / (double)n_tokens) : 0.0f;
    }
    return true;
}

CAUGHT(mean_pool, stays_in_bounds, one_too_far, "past the end")
POOL(one_too_far)
{
    if (n_tokens == 0 || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i <= d_model && d_model > 0; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += i < d_model ? (double)wte[ids[t] * d_model + i] : 0;
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

CAUGHT(mean_pool, any_numbers, nan_refused, "must return true")
POOL(nan_refused)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model && ids[t] < vocab_size; i++)
            if (isnan(wte[ids[t] * d_model + i]))
                return false;
    return mean_pool(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(mean_pool, any_numbers, nan_left_out,
      "A NaN is left out of the sum: what the rows hold is what the mean is made of.")
POOL(nan_left_out)
{
    if (!mean_pool(out, wte, ids, n_tokens, vocab_size, d_model))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++) {
            const float x = wte[ids[t] * d_model + i];
            sum += isnan(x) ? 0.0 : (double)x;
        }
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

CAUGHT(mean_pool, refuses_bad_ids, first_thousand_checked, "must")
POOL(first_thousand_checked)
{
    const size_t n = n_tokens < 1000 ? n_tokens : 1000;
    for (size_t t = n; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return mean_pool(out, wte, ids, n, vocab_size, d_model);
    return mean_pool(out, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(mean_pool, refuses_bad_ids, narrow_rows_unchecked, "must return false")
POOL(narrow_rows_unchecked)
{
    return d_model == 0 || mean_pool(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(mean_pool, large_sizes, counted_in_16_bits,
      "The tokens are counted in 16 bits: a text may have more than 65,535.")
POOL(counted_in_16_bits)
{
    return mean_pool(out, wte, ids, n_tokens > 65535 ? 65535 : n_tokens, vocab_size,
                     d_model);
}

// --------------------------------------------------------------------------- 13.2 search

enum likeness { COSINE, DOT, IN_FLOAT, ROUNDED, SIZE_OF, ONE_LENGTH, MINUS_DISTANCE };
enum { LATER_FIRST = 1, FROM_ZERO = 2, SKIP_ZEROS = 4, FARTHEST = 8, WITHOUT_FIRST = 16 };

static double likeness_of(const float *a, const float *b, size_t n, enum likeness like)
{
    double ab = 0, aa = 0, bb = 0;
    float fab = 0, faa = 0, fbb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
        fab += a[i] * b[i];
        faa += a[i] * a[i];
        fbb += b[i] * b[i];
    }
    if (like == DOT)
        return ab;
    if (like == MINUS_DISTANCE)
        return -(aa - 2 * ab + bb);
    if (like == IN_FLOAT)
        return faa > 0 && fbb > 0 ? (double)(fab / (sqrtf(faa) * sqrtf(fbb))) : 0;
    if (!(aa > 0 && bb > 0))
        return 0;
    const double cosine = like == ONE_LENGTH ? ab / sqrt(bb) : ab / (sqrt(aa) * sqrt(bb));
    return like == ROUNDED   ? (double)(float)cosine
           : like == SIZE_OF ? fabs(cosine)
                             : cosine;
}

// One pass over the rows for each place.
static void find(uint32_t *found, double *cosines, const float *rows, const float *query,
                 size_t n_found, size_t n_rows, size_t d_model, enum likeness like,
                 int how)
{
    unsigned char *taken = calloc(n_rows + 1, 1);
    double *likeness = malloc((n_rows + 1) * sizeof *likeness);
    for (size_t r = 0; r < n_rows; r++) {
        const float *row = rows + r * d_model;
        likeness[r] = likeness_of(query, row, d_model, like) * (how & FARTHEST ? -1 : 1);
        taken[r] = (how & SKIP_ZEROS) && likeness_of(row, row, d_model, DOT) == 0;
    }
    for (size_t k = 0; k < n_found; k++) {
        size_t best = how & FROM_ZERO ? 0 : n_rows;
        double most = 0;
        for (size_t r = how & WITHOUT_FIRST ? 1 : 0; r < n_rows; r++) {
            const double s = likeness[r];
            if (taken[r])
                continue;
            if (best == n_rows || s > most || ((how & LATER_FIRST) && s == most)) {
                best = r;
                most = s;
            }
        }
        taken[best] = 1;
        found[k] = (uint32_t)best;
        cosines[k] = how & FARTHEST ? -most : most;
    }
    free(likeness);
    free(taken);
}

WRONG(search, worked_example, farthest,
      "These are the rows with the smallest cosines: the greatest come first.")
SEARCH(farthest)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, FARTHEST);
    return true;
}

WRONG(search, random_rows, by_dot_product,
      "These are the rows with the greatest dot products: divide by both lengths.")
SEARCH(by_dot_product)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, DOT, 0);
    return true;
}

WRONG(search, random_rows, query_not_divided,
      "The order is right, but the cosines are not divided by the length of the query.")
SEARCH(query_not_divided)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, ONE_LENGTH, 0);
    return true;
}

WRONG(
    search, random_rows, by_distance,
    "These are the rows at the smallest distance from the query: the cosine asks for the "
    "direction.")
SEARCH(by_distance)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, MINUS_DISTANCE, 0);
    for (size_t k = 0; k < n_found; k++)
        cosines[k] = likeness_of(query, rows + found[k] * d_model, d_model, COSINE);
    return true;
}

WRONG(search, random_rows, without_row_0,
      "Row 0 is never found: the query is no row of the table, so nothing is left out.")
SEARCH(without_row_0)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, WITHOUT_FIRST);
    return true;
}

WRONG(search, ties, later_first,
      "Of equal cosines the smaller number comes first; a row of zeros has the cosine 0.")
SEARCH(later_first)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, LATER_FIRST);
    return true;
}

WRONG(search, pointing_away, from_zero,
      "The best cosine starts at 0, so rows that point away are never found: begin with "
      "the "
      "first row.")
SEARCH(from_zero)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, FROM_ZERO);
    return true;
}

WRONG(search, pointing_away, sizes_of_cosines,
      "The cosines have lost their signs: a row that points away is not like the query.")
SEARCH(sizes_of_cosines)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, SIZE_OF, 0);
    return true;
}

CAUGHT(search, zero_rows, zeros_are_nan, "nan")
SEARCH(zeros_are_nan)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, 0);
    for (size_t k = 0; k < n_found; k++) {
        const float *row = rows + found[k] * d_model;
        if (likeness_of(row, row, d_model, DOT) == 0 ||
            likeness_of(query, query, d_model, DOT) == 0)
            cosines[k] = (double)NAN;
    }
    return true;
}

WRONG(search, zero_rows, zeros_last,
      "Of equal cosines the smaller number comes first; a row of zeros has the cosine 0.")
SEARCH(zeros_last)
{
    if (n_found > n_rows)
        return false;
    size_t n = 0;
    for (size_t r = 0; r < n_rows; r++)
        n += likeness_of(rows + r * d_model, rows + r * d_model, d_model, DOT) > 0;
    const size_t first = n < n_found ? n : n_found;
    find(found, cosines, rows, query, first, n_rows, d_model, COSINE, SKIP_ZEROS);
    size_t k = first;
    for (size_t r = 0; r < n_rows && k < n_found; r++)
        if (!(likeness_of(rows + r * d_model, rows + r * d_model, d_model, DOT) > 0)) {
            found[k] = (uint32_t)r;
            cosines[k++] = 0;
        }
    return true;
}

WRONG(search, sums_in_double, in_floats,
      "The cosines are floats on the way, of 24 bits and a small range: use double.")
SEARCH(in_floats)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, IN_FLOAT, 0);
    return true;
}

WRONG(search, sums_in_double, rounded_cosines,
      "The cosines are rounded to float before they are compared: compare the doubles.")
SEARCH(rounded_cosines)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, ROUNDED, 0);
    return true;
}

WRONG(search, large_sizes, short_ids,
      "The numbers of the rows are held in 16 bits: they need 32.")
SEARCH(short_ids)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, 0);
    for (size_t k = 0; k < n_found; k++)
        found[k] = (uint16_t)found[k];
    return true;
}

CAUGHT(search, refuses_too_many, as_many_as_there_are, "must return false")
SEARCH(as_many_as_there_are)
{
    const size_t n = n_found > n_rows ? n_rows : n_found;
    find(found, cosines, rows, query, n, n_rows, d_model, COSINE, 0);
    return true;
}

CAUGHT(search, accepts_nothing, nothing_is_refused, "must return true")
SEARCH(nothing_is_refused)
{
    if (n_found == 0 || n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, 0);
    return true;
}

CAUGHT(search, stays_in_bounds, one_place_more, "past the end")
SEARCH(one_place_more)
{
    if (n_found > n_rows)
        return false;
    find(found, cosines, rows, query, n_found, n_rows, d_model, COSINE, 0);
    if (n_found > 0)
        cosines[n_found] = -2;
    return true;
}

// -------------------------------------------------------------------- 13.3 weighted_pool

enum mistake {
    SUM_OF_WEIGHTS,
    RAREST_LEAST,
    ONE_OVER_P,
    BY_POSITION,
    WEIGHT_OF_SUM,
    NO_WEIGHTS,
    FLOAT_WEIGHTS,
    FLOAT_SUM,
    NOT_DIVIDED,
    FIRST_512
};

static bool shares_good(const uint32_t *ids, const double *p, size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (!(p[ids[t]] >= 0 && p[ids[t]] <= 1))
            return false;
    return true;
}

static void pool_with(float *out, const float *wte, const uint32_t *ids, const double *p,
                      double a, size_t n_tokens, size_t vocab_size, size_t d_model,
                      enum mistake m)
{
    const size_t n = m == FIRST_512 && n_tokens > 512 ? 512 : n_tokens;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0, weights = 0;
        float fsum = 0;
        for (size_t t = 0; t < n; t++) {
            const double share = p[m == BY_POSITION ? t % vocab_size : ids[t]];
            double w = m == RAREST_LEAST ? share / (a + share)
                       : m == ONE_OVER_P ? 1 / (a + share)
                       : m == NO_WEIGHTS ? 1
                                         : a / (a + share);
            if (m == FLOAT_WEIGHTS)
                w = (double)((float)a / ((float)a + (float)share));
            sum += w * (double)wte[ids[t] * d_model + i];
            fsum += (float)w * wte[ids[t] * d_model + i];
            weights += w;
        }
        out[i] = m == FLOAT_SUM        ? fsum / (float)n
                 : m == SUM_OF_WEIGHTS ? (float)(sum / weights)
                 : m == NOT_DIVIDED    ? (float)sum
                                       : (float)(sum / (double)n);
    }
}

static bool all_good(const uint32_t *ids, const double *p, double a, size_t n_tokens,
                     size_t vocab_size)
{
    return n_tokens > 0 && a > 0 && a < INFINITY && ids_good(ids, n_tokens, vocab_size) &&
           shares_good(ids, p, n_tokens);
}

WRONG(weighted_pool, worked_example, divided_by_weights,
      "The sum is divided by the sum of the weights: divide it by the number of tokens.")
WEIGHTED(divided_by_weights)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, SUM_OF_WEIGHTS);
    return true;
}

WRONG(weighted_pool, worked_example, frequent_weigh_more,
      "The weight is p / (a + p), so that frequent words weigh more: it is a / (a + p).")
WEIGHTED(frequent_weigh_more)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, RAREST_LEAST);
    return true;
}

WRONG(weighted_pool, worked_example, one_over,
      "The weight is 1 / (a + p): it is a / (a + p), which is 1 for a word that never "
      "occurs.")
WEIGHTED(one_over)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, ONE_OVER_P);
    return true;
}

WRONG(weighted_pool, random_texts, plain_mean,
      "This is the plain mean: multiply each row by its weight.")
WEIGHTED(plain_mean)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, NO_WEIGHTS);
    return true;
}

WRONG(weighted_pool, random_texts, share_of_position,
      "The weight of token t is taken from p[t]: its share is p[ids[t]].")
WEIGHTED(share_of_position)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, BY_POSITION);
    return true;
}

WRONG(weighted_pool, random_texts, weighted_sum,
      "This is the weighted sum: divide it by the number of tokens.")
WEIGHTED(weighted_sum)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, NOT_DIVIDED);
    return true;
}

WRONG(weighted_pool, any_weight, weights_in_float,
      "Weights or sums are floats, of 24 bits and a small range: use double, and round "
      "once.")
WEIGHTED(weights_in_float)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, FLOAT_WEIGHTS);
    return true;
}

CAUGHT(weighted_pool, any_weight, large_a_refused, "must return true")
WEIGHTED(large_a_refused)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size) || a > 1)
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, FIRST_512);
    return true;
}

WRONG(weighted_pool, sums_in_double, weighted_in_float,
      "Weights or sums are floats, of 24 bits and a small range: use double, and round "
      "once.")
WEIGHTED(weighted_in_float)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, FLOAT_SUM);
    return true;
}

WRONG(weighted_pool, large_sizes, first_512_weighted,
      "Only the first 512 tokens count: a text may be of any length.")
WEIGHTED(first_512_weighted)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, FIRST_512);
    return true;
}

CAUGHT(weighted_pool, refuses_bad_ids, only_first_id, "must return false")
WEIGHTED(only_first_id)
{
    if (n_tokens == 0 || !(a > 0 && a < INFINITY) || ids[0] >= vocab_size)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] < vocab_size && !(p[ids[t]] >= 0 && p[ids[t]] <= 1))
            return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t t = 0; t < n_tokens; t++)
            if (ids[t] < vocab_size)
                sum += a / (a + p[ids[t]]) * (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

CAUGHT(weighted_pool, refuses_bad_weights, nan_is_accepted, "must return false")
WEIGHTED(nan_is_accepted)
{
    if (n_tokens == 0 || a <= 0 || a == INFINITY ||
        !ids_good(ids, n_tokens, vocab_size) || !shares_good(ids, p, n_tokens))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, WEIGHT_OF_SUM);
    return true;
}

CAUGHT(weighted_pool, refuses_bad_weights, zero_is_accepted, "must return false")
WEIGHTED(zero_is_accepted)
{
    if (!all_good(ids, p, a == 0 ? 1 : a, n_tokens, vocab_size))
        return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, WEIGHT_OF_SUM);
    return true;
}

CAUGHT(weighted_pool, refuses_bad_shares, shares_of_nan, "must return false")
WEIGHTED(shares_of_nan)
{
    if (n_tokens == 0 || !(a > 0 && a < INFINITY) || !ids_good(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (p[ids[t]] < 0 || p[ids[t]] > 1)
            return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, WEIGHT_OF_SUM);
    return true;
}

CAUGHT(weighted_pool, unused_shares, all_shares_checked, "must return true")
WEIGHTED(all_shares_checked)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        if (!(p[v] >= 0 && p[v] <= 1))
            return false;
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, WEIGHT_OF_SUM);
    return true;
}

CAUGHT(weighted_pool, stays_in_bounds, reads_a_share_more, "past the end of p")
WEIGHTED(reads_a_share_more)
{
    if (!all_good(ids, p, a, n_tokens, vocab_size))
        return false;
    volatile double total = 0;
    for (size_t v = 0; v <= vocab_size; v++)
        total = total + p[v];
    pool_with(out, wte, ids, p, a, n_tokens, vocab_size, d_model, WEIGHT_OF_SUM);
    return true;
}

CAUGHT(weighted_pool, refuses_bad_shares, shares_as_floats, "must return false")
WEIGHTED(shares_as_floats)
{
    double *rounded = malloc((vocab_size + 1) * sizeof *rounded);
    for (size_t v = 0; v < vocab_size; v++)
        rounded[v] =
            p[v] > -1e-300 && p[v] < 1.0 + 1e-9 ? fmin(fmax(p[v], 0.0), 1.0) : p[v];
    const bool good =
        weighted_pool(out, wte, ids, rounded, a, n_tokens, vocab_size, d_model);
    free(rounded);
    return good;
}

CAUGHT(weighted_pool, any_weight, minus_zero_refused, "must return true")
WEIGHTED(minus_zero_refused)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] < vocab_size && signbit(p[ids[t]]))
            return false;
    return weighted_pool(out, wte, ids, p, a, n_tokens, vocab_size, d_model);
}

CAUGHT(weighted_pool, refuses_bad_ids, no_width_no_checks, "must return false")
WEIGHTED(no_width_no_checks)
{
    return d_model == 0 ||
           weighted_pool(out, wte, ids, p, a, n_tokens, vocab_size, d_model);
}

// ------------------------------------------------------------------------- 13.4 patchify

static bool fits(size_t height, size_t width, size_t patch)
{
    return patch != 0 && height % patch == 0 && width % patch == 0;
}

WRONG(patchify, worked_example, just_copied,
      "The numbers are copied as they lie in memory: a patch takes them from several "
      "rows of "
      "the picture.")
PATCHIFY(just_copied)
{
    if (!fits(height, width, patch))
        return false;
    memcpy(out, image, height * width * n_channels * sizeof *out);
    return true;
}

// from the five indices of a number, where it goes or comes from
enum way {
    DOWNWARDS,
    COLUMN_FIRST,
    PLANES,
    SHORT_ROWS,
    OVERLAPPING,
    FLOATS,
    BACKWARDS,
    ONE_NUMBER_PIXELS
};

static void cut(float *out, const float *image, size_t height, size_t width,
                size_t n_channels, size_t patch, enum way way)
{
    const size_t down = height / patch, across = width / patch, p = patch,
                 ch = n_channels;
    for (size_t R = 0; R < down; R++)
        for (size_t C = 0; C < across; C++)
            for (size_t r = 0; r < p; r++)
                for (size_t c = 0; c < p; c++)
                    for (size_t k = 0; k < ch; k++) {
                        const size_t n = way == DOWNWARDS ? C * down + R : R * across + C;
                        size_t i = (r * p + c) * ch + k;
                        if (way == COLUMN_FIRST)
                            i = (c * p + r) * ch + k;
                        if (way == PLANES)
                            i = (k * p + r) * p + c;
                        if (way == BACKWARDS)
                            i = (r * p + c) * ch + ch - 1 - k;
                        size_t from = ((R * p + r) * width + C * p + c) * ch + k;
                        if (way == SHORT_ROWS)
                            from = ((R * p + r) * height + C * p + c) * ch + k;
                        if (way == ONE_NUMBER_PIXELS)
                            from = (R * p + r) * width + C * p + c * ch + k;
                        if (way == OVERLAPPING)
                            from = ((R + r) * width + C + c) * ch + k;
                        from %= height * width * ch;
                        out[n * p * p * ch + i] =
                            way == FLOATS ? image[from] * 1.0f + 0.0f : image[from];
                    }
}

WRONG(patchify, copies_every_bit, zeros_lose_signs,
      "Something is computed with the numbers, and -0.0 became 0.0: copy them.")
PATCHIFY(zeros_lose_signs)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, FLOATS);
    return true;
}

WRONG(patchify, random_pictures, strips_downwards,
      "The patches go down the columns: they go along the rows, from left to right.")
PATCHIFY(strips_downwards)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, DOWNWARDS);
    return true;
}

WRONG(patchify, worked_example, columns_within,
      "Within a patch the numbers go down the columns: its upper row comes first.")
PATCHIFY(columns_within)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, COLUMN_FIRST);
    return true;
}

WRONG(patchify, channels, planes,
      "All numbers of channel 0 come first, then those of channel 1: the channels of a "
      "pixel "
      "stay together.")
PATCHIFY(planes)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, PLANES);
    return true;
}

WRONG(patchify, channels, last_channel_first,
      "The channels of a pixel are in the wrong order: the first comes first.")
PATCHIFY(last_channel_first)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, BACKWARDS);
    return true;
}

WRONG(
    patchify, channels, pixels_of_one_number,
    "A patch begins as if a pixel were one number: each pixel before it has n_channels.")
PATCHIFY(pixels_of_one_number)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, ONE_NUMBER_PIXELS);
    return true;
}

WRONG(patchify, random_pictures, rows_of_height,
      "A row of the picture is taken to be `height` pixels long: it has `width`.")
PATCHIFY(rows_of_height)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, SHORT_ROWS);
    return true;
}

WRONG(patchify, equals_convolution, patches_overlap,
      "Each patch begins one pixel behind the last: it begins `patch` pixels behind it.")
PATCHIFY(patches_overlap)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, OVERLAPPING);
    return true;
}

CAUGHT(patchify, large_sizes, small_room, "stack")
PATCHIFY(small_room)
{
    if (!fits(height, width, patch))
        return false;
    float room[1 << 22];
    volatile float *kept = room;
    if (height * width * n_channels > sizeof room / sizeof *room)
        return false;
    for (size_t k = 0; k < height * width * n_channels; k++)
        kept[k] = image[k];
    cut(out, image, height, width, n_channels, patch, COLUMN_FIRST + 10);
    return true;
}

CAUGHT(patchify, refuses_bad_patches, rest_is_dropped, "must return false")
PATCHIFY(rest_is_dropped)
{
    if (patch == 0)
        return false;
    for (size_t R = 0; R < height / patch; R++)
        for (size_t C = 0; C < width / patch; C++)
            for (size_t r = 0; r < patch; r++)
                for (size_t k = 0; k < patch * n_channels; k++)
                    *out++ =
                        image[((R * patch + r) * width + C * patch) * n_channels + k];
    return true;
}

CAUGHT(patchify, refuses_bad_patches, divides_by_zero, "divided by zero")
PATCHIFY(divides_by_zero)
{
    if (height % patch != 0 || width % patch != 0)
        return false;
    cut(out, image, height, width, n_channels, patch, COLUMN_FIRST + 10);
    return true;
}

CAUGHT(patchify, accepts_nothing, nothing_refused, "must return true")
PATCHIFY(nothing_refused)
{
    if (!fits(height, width, patch) || height * width * n_channels == 0)
        return false;
    cut(out, image, height, width, n_channels, patch, COLUMN_FIRST + 10);
    return true;
}

CAUGHT(patchify, stays_in_bounds, one_number_more, "past the end")
PATCHIFY(one_number_more)
{
    if (!fits(height, width, patch))
        return false;
    cut(out, image, height, width, n_channels, patch, COLUMN_FIRST + 10);
    if (height * width * n_channels > 0)
        out[height * width * n_channels] = 0;
    return true;
}

CAUGHT(patchify, refuses_bad_patches, patch_in_32_bits, "must return false")
PATCHIFY(patch_in_32_bits)
{
    return patchify(out, image, height, width, n_channels, (uint32_t)patch);
}

CAUGHT(patchify, refuses_bad_patches, no_channels_first, "must return false")
PATCHIFY(no_channels_first)
{
    return n_channels == 0 || patchify(out, image, height, width, n_channels, patch);
}

WRONG(patchify, channels, one_row_is_no_picture,
      "A picture of a single row, or column, is one, too.")
PATCHIFY(one_row_is_no_picture)
{
    return height != 1 && width != 1 &&
           patchify(out, image, height, width, n_channels, patch);
}

WRONG(patchify, copies_every_bit, nans_made_quiet,
      "A bit of a NaN is set on the way: copy the numbers, and compute nothing.")
PATCHIFY(nans_made_quiet)
{
    const bool good = patchify(out, image, height, width, n_channels, patch);
    for (size_t k = 0; good && k < height * width * n_channels; k++) {
        uint32_t bits;
        memcpy(&bits, out + k, sizeof bits);
        bits |= isnan(out[k]) ? 0x400000u : 0u;
        memcpy(out + k, &bits, sizeof bits);
    }
    return good;
}

// --------------------------------------------------------------------- 13.5 residue_rows

enum slip {
    NONE,
    UNSORTED,
    BY_SIZE,
    NO_ROOT,
    NO_SCALE,
    VECTORS_IN_COLUMNS,
    OUT_TRANSPOSED,
    ROOT_OF_SIZE,
    NAN_ROOTS,
    LAST_FIRST,
    SMALLEST_FIRST,
    FLOAT_ROOT,
    UNWRITTEN,
    FIRST_64
};

static double rank_of(double value, enum slip s)
{
    return s == BY_SIZE ? fabs(value) : s == SMALLEST_FIRST ? -value : value;
}

static void make_rows(float *out, const double *values, const double *vectors,
                      size_t d_model, size_t n, enum slip s)
{
    for (size_t e = 0; e < n; e++) {
        size_t place = 0;
        for (size_t other = 0; other < n; other++) {
            const double x = rank_of(values[other], s), y = rank_of(values[e], s);
            place += x > y || (x == y && (s == LAST_FIRST ? other > e : other < e));
        }
        place = s == UNSORTED ? e : place;
        const double root = s == NO_ROOT        ? values[e]
                            : s == NO_SCALE     ? 1
                            : s == ROOT_OF_SIZE ? sqrt(fabs(values[e]))
                            : s == NAN_ROOTS    ? sqrt(values[e])
                            : s == FLOAT_ROOT   ? (double)sqrtf((float)values[e])
                                                : sqrt(values[e]);
        const bool counts = values[e] > 0 || s == ROOT_OF_SIZE || s == NAN_ROOTS;
        for (size_t r = 0; r < n && place < d_model; r++) {
            const double u = vectors[s == VECTORS_IN_COLUMNS ? r * n + e : e * n + r];
            float *to = out + (s == OUT_TRANSPOSED ? place * n + r : r * d_model + place);
            if (!counts && s == UNWRITTEN)
                continue;
            *to = counts && !(s == FIRST_64 && place >= 64) ? (float)(root * u) : 0.0f;
        }
    }
}

WRONG(residue_rows, worked_example, not_sorted,
      "The order is another: the greatest eigenvalue comes first, so -9 stands behind 4.")
RESIDUES(not_sorted)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, UNSORTED);
    return true;
}

WRONG(residue_rows, worked_example, largest_in_size,
      "The order is another: the greatest eigenvalue comes first, so -9 stands behind 4.")
RESIDUES(largest_in_size)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, BY_SIZE);
    return true;
}

WRONG(residue_rows, random_values, smallest_first,
      "The order is another: the greatest eigenvalue comes first, so -9 stands behind 4.")
RESIDUES(smallest_first)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, SMALLEST_FIRST);
    return true;
}

WRONG(residue_rows, random_values, without_root,
      "The vectors are multiplied by the eigenvalues: multiply by their roots.")
RESIDUES(without_root)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, NO_ROOT);
    return true;
}

WRONG(residue_rows, random_values, not_scaled,
      "These are the eigenvectors themselves: multiply them by the roots of the "
      "eigenvalues.")
RESIDUES(not_scaled)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, NO_SCALE);
    return true;
}

WRONG(residue_rows, random_values, columns_of_vectors,
      "Eigenvector e is taken from column e of vectors: it is row e.")
RESIDUES(columns_of_vectors)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, VECTORS_IN_COLUMNS);
    return true;
}

WRONG(residue_rows, random_values, rows_and_columns,
      "The eigenvectors are written as rows of out: each of them is a column of it.")
RESIDUES(rows_and_columns)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, OUT_TRANSPOSED);
    return true;
}

WRONG(
    residue_rows, negative_values, root_of_size,
    "A negative eigenvalue gets the root of its size: it has no column, so write zeros.")
RESIDUES(root_of_size)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, ROOT_OF_SIZE);
    return true;
}

CAUGHT(residue_rows, negative_values, roots_are_nan, "nan")
RESIDUES(roots_are_nan)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, NAN_ROOTS);
    return true;
}

CAUGHT(residue_rows, negative_values, left_over, "never written")
RESIDUES(left_over)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, UNWRITTEN);
    return true;
}

WRONG(residue_rows, ties, greater_index_first,
      "Of equal eigenvalues the greater index comes first: the smaller one should.")
RESIDUES(greater_index_first)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, LAST_FIRST);
    return true;
}

WRONG(residue_rows, gives_the_matrix_back, columns_twice_scaled,
      "The vectors are divided by the roots of the eigenvalues: multiply by them.")
RESIDUES(columns_twice_scaled)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, NO_SCALE);
    for (size_t e = 0; e < n; e++) {
        size_t place = 0;
        for (size_t other = 0; other < n; other++)
            place +=
                values[other] > values[e] || (values[other] == values[e] && other < e);
        for (size_t r = 0; r < n && place < d_model && values[e] > 0; r++)
            out[r * d_model + place] = (float)(vectors[e * n + r] / sqrt(values[e]));
    }
    return true;
}

WRONG(residue_rows, in_double, nearly_equal_values,
      "Eigenvalues that differ by less than some limit count as equal: compare the "
      "doubles as "
      "they are.")
RESIDUES(nearly_equal_values)
{
    double *rounded = malloc((n + 1) * sizeof *rounded);
    for (size_t e = 0; e < n; e++) // as if in steps of 2^-45 around 1
        rounded[e] = fabs(values[e] - 1.0) < 1e-12 ? 1.0 : values[e];
    const bool good = residue_rows(out, rounded, vectors, d_model, n);
    free(rounded);
    return good;
}

CAUGHT(residue_rows, large_sizes, at_most_1024_values, "got")
RESIDUES(at_most_1024_values)
{
    double *first = malloc((n + 1) * sizeof *first);
    for (size_t e = 0; e < n; e++)
        first[e] = e < 1024 ? values[e] : 0.0;
    const bool good = residue_rows(out, first, vectors, d_model, n);
    free(first);
    return good;
}

WRONG(residue_rows, in_double, small_values_are_zero,
      "Eigenvalues or their roots go through float, or small ones are taken for 0: "
      "compute in "
      "double, where all that is greater than 0 counts.")
RESIDUES(small_values_are_zero)
{
    double *large = malloc((n + 1) * sizeof *large);
    for (size_t e = 0; e < n; e++)
        large[e] = values[e] > 1e-12 ? values[e] : 0.0;
    const bool good = residue_rows(out, large, vectors, d_model, n);
    free(large);
    return good;
}

WRONG(residue_rows, in_double, root_in_float,
      "Eigenvalues or their roots go through float, or small ones are taken for 0: "
      "compute in "
      "double, where all that is greater than 0 counts.")
RESIDUES(root_in_float)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, FLOAT_ROOT);
    return true;
}

WRONG(residue_rows, large_sizes, at_most_64,
      "Only the first 64 columns are filled: d_model may be any number up to n.")
RESIDUES(at_most_64)
{
    if (d_model > n)
        return false;
    make_rows(out, values, vectors, d_model, n, FIRST_64);
    return true;
}

CAUGHT(residue_rows, sizes, padded, "must return false")
RESIDUES(padded)
{
    const size_t d = d_model > n ? n : d_model;
    make_rows(out, values, vectors, d, n, NONE);
    return true;
}

CAUGHT(residue_rows, stays_in_bounds, a_value_more, "past the end of values")
RESIDUES(a_value_more)
{
    if (d_model > n)
        return false;
    volatile double sum = 0;
    for (size_t e = 0; e <= n; e++)
        sum = sum + values[e];
    make_rows(out, values, vectors, d_model, n, NONE);
    return true;
}

WRONG(residue_rows, in_double, subnormals_are_zero,
      "Results below 1.2e-38 are written as 0: a float may be as small as 1.4e-45.")
RESIDUES(subnormals_are_zero)
{
    const bool good = residue_rows(out, values, vectors, d_model, n);
    for (size_t k = 0; good && k < n * d_model; k++)
        out[k] = fabsf(out[k]) < 1.17549435e-38f ? 0.0f : out[k];
    return good;
}

CAUGHT(residue_rows, sizes, width_in_32_bits, "must return false")
RESIDUES(width_in_32_bits)
{
    return residue_rows(out, values, vectors, (uint32_t)d_model, n);
}

WRONG(
    search, sums_in_double, nearly_equal_cosines,
    "Cosines that differ by less than some limit count as equal: compare the doubles as "
    "they are.")
bool nearly_equal_cosines(uint32_t *found, double *cosines, const float *rows,
                          const float *query, size_t n_found, size_t n_rows,
                          size_t d_model)
{
    size_t n = 0;
    if (n_found > n_rows)
        return false;
    for (size_t r = 0; r < n_rows && n_found > 0; r++) {
        double ab = 0.0, aa = 0.0, bb = 0.0;
        for (size_t i = 0; i < d_model; i++) {
            ab += (double)rows[r * d_model + i] * (double)query[i];
            aa += (double)rows[r * d_model + i] * (double)rows[r * d_model + i];
            bb += (double)query[i] * (double)query[i];
        }
        const double s = aa > 0.0 && bb > 0.0 ? ab / (sqrt(aa) * sqrt(bb)) : 0.0;
        if (n == n_found && s <= cosines[n - 1] + 1e-12)
            continue;
        size_t k = n < n_found ? n++ : n - 1;
        for (; k > 0 && cosines[k - 1] + 1e-12 < s; k--) {
            cosines[k] = cosines[k - 1];
            found[k] = found[k - 1];
        }
        cosines[k] = s;
        found[k] = (uint32_t)r;
    }
    return true;
}

CAUGHT(search, ties, first_4096_found, "was never written")
bool first_4096_found(uint32_t *found, double *cosines, const float *rows,
                      const float *query, size_t n_found, size_t n_rows, size_t d_model)
{
    return search(found, cosines, rows, query,
                  n_found > 4096 && n_found <= n_rows ? 4096 : n_found, n_rows, d_model);
}

WRONG(weighted_pool, any_weight, small_shares_are_zero,
      "A small share is taken for 0: beside a small a it counts as any other.")
bool small_shares_are_zero(float *out, const float *wte, const uint32_t *ids,
                           const double *p, double a, size_t n_tokens, size_t vocab_size,
                           size_t d_model)
{
    double *shares = malloc((vocab_size + 1) * sizeof *shares);
    for (size_t v = 0; v < vocab_size; v++)
        shares[v] = p[v] >= 0.0 && p[v] < 1e-12 ? 0.0 : p[v];
    const bool good =
        weighted_pool(out, wte, ids, shares, a, n_tokens, vocab_size, d_model);
    free(shares);
    return good;
}

CAUGHT(weighted_pool, any_weight, tiny_a_refused, "must return true")
bool tiny_a_refused(float *out, const float *wte, const uint32_t *ids, const double *p,
                    double a, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return a >= 1e-300 &&
           weighted_pool(out, wte, ids, p, a, n_tokens, vocab_size, d_model);
}

WRONG(mean_pool, any_numbers, rows_of_zeros_uncounted,
      "A row of zeros is not counted: a token is one, whatever its row holds.")
POOL(rows_of_zeros_uncounted)
{
    if (!mean_pool(out, wte, ids, n_tokens, vocab_size, d_model))
        return false;
    size_t n = 0;
    for (size_t t = 0; t < n_tokens; t++) {
        bool is_zero = true;
        for (size_t i = 0; i < d_model; i++)
            is_zero = is_zero && wte[ids[t] * d_model + i] == 0.0f;
        n += !is_zero;
    }
    for (size_t i = 0; i < d_model && n > 0 && n < n_tokens; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n);
    }
    return true;
}

CAUGHT(search, refuses_too_many, no_numbers_no_checks, "must return false")
SEARCH(no_numbers_no_checks)
{
    for (size_t k = 0; k < n_found && d_model == 0; k++)
        found[k] = (uint32_t)k, cosines[k] = 0.0;
    return d_model == 0 || search(found, cosines, rows, query, n_found, n_rows, d_model);
}

WRONG(mean_pool, worked_example, without_the_last_token, "The last token is left out.")
POOL(without_the_last_token)
{
    return mean_pool(out, wte, ids, n_tokens, vocab_size, d_model) &&
           (n_tokens == 1 || mean_pool(out, wte, ids, n_tokens - 1, vocab_size, d_model));
}

CAUGHT(mean_pool, random_tables, last_token_of_a_block, "got")
POOL(last_token_of_a_block)
{
    if (!mean_pool(out, wte, ids, n_tokens, vocab_size, d_model) || n_tokens % 16 != 0)
        return ids_good(ids, n_tokens, vocab_size) && n_tokens > 0;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = 0; t + 1 < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

CAUGHT(search, sums_in_double, tiny_query_is_zeros, "got")
SEARCH(tiny_query_is_zeros)
{
    float *none = calloc(d_model + 1, sizeof *none);
    double square = 0.0;
    for (size_t i = 0; i < d_model; i++)
        square += (double)query[i] * (double)query[i];
    const bool good = search(found, cosines, rows, square > 1e-80 ? query : none, n_found,
                             n_rows, d_model);
    free(none);
    return good;
}

CAUGHT(search, random_rows, rows_in_blocks, "got")
SEARCH(rows_in_blocks)
{
    if (n_rows == 0 || n_rows % 16 != 0 || n_found > n_rows)
        return search(found, cosines, rows, query, n_found, n_rows, d_model);
    search(found, cosines, rows, query, n_found < n_rows ? n_found : n_rows - 1,
           n_rows - 1, d_model);
    if (n_found == n_rows)
        found[n_found - 1] = 0, cosines[n_found - 1] = -2.0;
    return true;
}

CAUGHT(patchify, refuses_bad_patches, height_of_32_bits, "must return false")
PATCHIFY(height_of_32_bits)
{
    if (height * width * n_channels == 0 && patch > 0 && (uint32_t)height % patch == 0 &&
        (uint32_t)width % patch == 0)
        return true;
    return patchify(out, image, height, width, n_channels, patch);
}

CAUGHT(residue_rows, in_double, faint_vectors_are_zeros, "got 0")
RESIDUES(faint_vectors_are_zeros)
{
    double *without = calloc(n * n + 1, sizeof *without);
    for (size_t k = 0; k < n * n && d_model <= n; k++)
        without[k] = fabs(vectors[k]) < 1e-30 ? 0.0 : vectors[k];
    const bool good = residue_rows(out, values, without, d_model, n);
    free(without);
    return good;
}
