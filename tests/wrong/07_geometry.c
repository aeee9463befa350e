// Wrong answers to the exercises of chapter 7, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST(name)                                                                    \
    bool name(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,        \
              size_t n_nearest, size_t vocab_size, size_t d_model)
#define CENTER(name)                                                                     \
    bool name(float *out, float *mean, const float *wte, size_t vocab_size,              \
              size_t d_model)
#define COMPONENTS(name)                                                                 \
    bool name(float *components, float *variances, double *room, const float *wte,       \
              size_t n_components, size_t n_steps, size_t vocab_size, size_t d_model)
#define ANALOGY(name)                                                                    \
    bool name(uint32_t *answer, const float *wte, uint32_t a, uint32_t b, uint32_t c,    \
              bool exclude_inputs, size_t vocab_size, size_t d_model)
#define ROTATE(name)                                                                     \
    bool name(float *out, const float *wte, const float *rotation, size_t vocab_size,    \
              size_t d_model)

// ------------------------------------------------------------------- likenesses of two rows

enum likeness {
    COSINE,
    DOT,
    ONE_LENGTH,
    SQUARED_LENGTHS,
    IN_FLOAT,
    LENGTHS_IN_FLOAT,
    ROUNDED,
    SIZE_OF,
    TINY_IS_ZERO,
    NO_GUARD,
    FIRST_32,
    MINUS_DISTANCE
};

static double in_float(const float *a, const float *b, size_t n)
{
    float ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa > 0 && bb > 0 ? (double)(ab / (sqrtf(aa) * sqrtf(bb))) : 0.0;
}

static double likeness_of(const float *a, const float *b, size_t n, enum likeness like)
{
    double ab = 0, aa = 0, bb = 0;
    if (like == IN_FLOAT)
        return in_float(a, b, n);
    for (size_t i = 0; i < (like == FIRST_32 && n > 32 ? 32 : n); i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    if (like == DOT)
        return ab;
    if (like == MINUS_DISTANCE)
        return -(aa - 2 * ab + bb);
    if (like == LENGTHS_IN_FLOAT) {
        aa = (double)(float)aa;
        bb = (double)(float)bb;
    }
    const double least = like == TINY_IS_ZERO ? 1e-12 : 0;
    if (like != NO_GUARD && (aa <= least || bb <= least))
        return 0;
    const double cosine = like == SQUARED_LENGTHS ? ab / (aa * bb)
                          : like == ONE_LENGTH    ? ab / sqrt(bb)
                                                  : ab / (sqrt(aa) * sqrt(bb));
    return like == ROUNDED   ? (double)(float)cosine
           : like == SIZE_OF ? fabs(cosine)
                             : cosine;
}

// A copy in which rows whose first four numbers are zeros are zeros
static float *without_late_rows(const float *wte, size_t vocab_size, size_t d_model)
{
    float *rows = malloc(vocab_size * d_model * sizeof *rows + 1);
    memcpy(rows, wte, vocab_size * d_model * sizeof *rows);
    for (size_t v = 0; v < vocab_size && d_model > 4; v++) {
        float *row = rows + v * d_model;
        if (row[0] == 0 && row[1] == 0 && row[2] == 0 && row[3] == 0)
            memset(row, 0, d_model * sizeof *row);
    }
    return rows;
}

// --------------------------------------------------------------------------- 7.1 nearest_rows

enum { SELF = 1, LATER_FIRST = 2, FROM_ZERO = 4, SKIP_ZEROS = 8, FARTHEST = 16 };

static bool all_zero(const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (row[i] != 0)
            return false;
    return true;
}

// One pass over the table's likenesses for each place.
static void find_nearest(uint32_t *nearest, double *cosines, const float *wte,
                         uint32_t row, size_t n_nearest, size_t vocab_size,
                         size_t d_model, enum likeness like, int how)
{
    double *likeness = malloc(vocab_size * sizeof *likeness + 1);
    bool *left_out = malloc(vocab_size + 1);
    for (size_t v = 0; v < vocab_size; v++) {
        const double s =
            likeness_of(wte + row * d_model, wte + v * d_model, d_model, like);
        likeness[v] = how & FARTHEST ? -s : s;
        left_out[v] = (v == row && !(how & SELF)) ||
                      ((how & SKIP_ZEROS) && all_zero(wte + v * d_model, d_model));
    }
    for (size_t k = 0; k < n_nearest; k++) {
        size_t best = how & FROM_ZERO ? 0 : vocab_size;
        double most = 0;
        for (size_t v = 0; v < vocab_size; v++) {
            const double s = likeness[v];
            if (!left_out[v] &&
                (best == vocab_size || s > most || ((how & LATER_FIRST) && s == most))) {
                best = v;
                most = s;
            }
        }
        if (best < vocab_size)
            left_out[best] = true;
        nearest[k] = (uint32_t)best;
        cosines[k] = how & FARTHEST ? -most : most;
    }
    free(left_out);
    free(likeness);
}

static bool bad_row(uint32_t row, size_t n_nearest, size_t vocab_size)
{
    return row >= vocab_size || n_nearest > vocab_size - 1;
}

WRONG(nearest_rows, worked_example, with_itself,
      "The row itself is in the list: it would always win, so it is left out.")
NEAREST(with_itself)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 SELF);
    return true;
}

WRONG(nearest_rows, worked_example, farthest_rows,
      "These are the rows with the smallest cosines: the greatest come first.")
NEAREST(farthest_rows)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 FARTHEST);
    return true;
}

WRONG(nearest_rows, random_tables, by_dot_product,
      "These are the rows with the greatest dot products: divide by both lengths.")
NEAREST(by_dot_product)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, DOT, 0);
    return true;
}

WRONG(nearest_rows, random_tables, divided_by_one_length,
      "The order is right, but the cosines are divided by the length of the other row "
      "only: divide by that of row `row` too.")
NEAREST(divided_by_one_length)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, ONE_LENGTH,
                 0);
    return true;
}

WRONG(nearest_rows, random_tables, roots_forgotten,
      "The dot product is divided by the squares of the lengths: take the roots.")
NEAREST(roots_forgotten)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model,
                 SQUARED_LENGTHS, 0);
    return true;
}

WRONG(nearest_rows, random_tables, by_distance,
      "These are the rows at the smallest distance: the cosine asks for the direction, "
      "and a long row can point the same way.")
NEAREST(by_distance)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model,
                 MINUS_DISTANCE, 0);
    for (size_t k = 0; k < n_nearest; k++)
        cosines[k] =
            likeness_of(wte + row * d_model, wte + nearest[k] * d_model, d_model, COSINE);
    return true;
}

WRONG(nearest_rows, ties, later_of_equal_first,
      "Of equal cosines the later id comes first: a new one goes in front only of those "
      "that are strictly smaller.")
NEAREST(later_of_equal_first)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 LATER_FIRST);
    return true;
}

WRONG(nearest_rows, ties, pushed_behind_equals,
      "A row that is pushed down falls behind a later one with the same cosine: whatever "
      "stands below a new row moves down by one place.")
NEAREST(pushed_behind_equals)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    for (size_t k = 0; k < n_nearest; k++)
        cosines[k] = -INFINITY;
    for (uint32_t v = 0; v < vocab_size && n_nearest > 0; v++) {
        double s = likeness_of(wte + row * d_model, wte + v * d_model, d_model, COSINE);
        uint32_t id = v;
        for (size_t k = 0; v != row && k < n_nearest; k++)
            if (s > cosines[k]) {
                const double other = cosines[k];
                const uint32_t its = nearest[k];
                cosines[k] = s;
                nearest[k] = id;
                s = other;
                id = its;
            }
    }
    return true;
}

WRONG(nearest_rows, zero_rows, zero_rows_left_out,
      "Rows of zeros are left out: their cosine is 0, and that is more than a negative "
      "one.")
NEAREST(zero_rows_left_out)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    memset(nearest, 0, n_nearest * sizeof *nearest);
    memset(cosines, 0, n_nearest * sizeof *cosines);
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 SKIP_ZEROS);
    return true;
}

WRONG(nearest_rows, zero_rows, zero_over_zero,
      "A row of zeros has length 0, and 0 / 0 is not a number: its cosine counts as 0.")
NEAREST(zero_over_zero)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, NO_GUARD, 0);
    return true;
}

WRONG(nearest_rows, pointing_away, best_starts_at_zero,
      "A negative cosine is never found: the best one so far must not begin as 0.")
NEAREST(best_starts_at_zero)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 FROM_ZERO);
    return true;
}

WRONG(nearest_rows, pointing_away, opposite_counts_as_near,
      "A row that points the opposite way counts as near: the sign of the cosine counts.")
NEAREST(opposite_counts_as_near)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, SIZE_OF, 0);
    return true;
}

WRONG(nearest_rows, sums_in_double, lengths_kept_as_float,
      "The squares of the lengths are kept as float, which is too "
      "small and too short for them: keep them as double.")
NEAREST(lengths_kept_as_float)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model,
                 LENGTHS_IN_FLOAT, 0);
    return true;
}

WRONG(nearest_rows, sums_in_double, summed_in_float,
      "The sums are floats: convert to double before you multiply.")
NEAREST(summed_in_float)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, IN_FLOAT, 0);
    return true;
}

WRONG(nearest_rows, sums_in_double, compared_as_float,
      "The cosines are rounded to float before they are compared, and different ones "
      "become equal.")
NEAREST(compared_as_float)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, ROUNDED, 0);
    for (size_t k = 0; k < n_nearest; k++)
        cosines[k] =
            likeness_of(wte + row * d_model, wte + nearest[k] * d_model, d_model, COSINE);
    return true;
}

WRONG(nearest_rows, worked_example, cosines_kept_as_float,
      "The cosines are kept as float: they are wanted with the digits of a double.")
NEAREST(cosines_kept_as_float)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, ROUNDED, 0);
    return true;
}

WRONG(nearest_rows, sums_in_double, tiny_is_zero,
      "A row of tiny numbers counts as zeros: only a row that is all zeros has no "
      "direction.")
NEAREST(tiny_is_zero)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, TINY_IS_ZERO,
                 0);
    return true;
}

WRONG(nearest_rows, large_sizes, first_4096_rows,
      "Only the first 4,096 rows are looked at: no array of a fixed length will do.")
NEAREST(first_4096_rows)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    const size_t n = vocab_size < 4096 ? vocab_size : 4096;
    return n_nearest > n - 1
               ? nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model)
               : (find_nearest(nearest, cosines, wte, row, n_nearest, n, d_model, COSINE,
                               0),
                  true);
}

CAUGHT(nearest_rows, large_sizes, half_a_thousand_places, "nearest_rows")
NEAREST(half_a_thousand_places)
{
    return n_nearest <= 512 &&
           nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
}

WRONG(nearest_rows, refuses_bad_sizes, as_many_as_rows,
      "As many neighbours as there are rows are accepted: the row itself is none, so "
      "there are vocab_size - 1.")
NEAREST(as_many_as_rows)
{
    if (row >= vocab_size || n_nearest > vocab_size)
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE,
                 n_nearest == vocab_size ? SELF : 0);
    return true;
}

WRONG(nearest_rows, refuses_bad_sizes, zero_neighbours_of_no_row,
      "n_nearest 0 is accepted before row is looked at: a row that is not below "
      "vocab_size is refused all the same.")
NEAREST(zero_neighbours_of_no_row)
{
    return n_nearest == 0 ||
           nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
}

CAUGHT(nearest_rows, refuses_bad_sizes, fewer_than_asked, "must return false")
NEAREST(fewer_than_asked)
{
    const size_t n = n_nearest < vocab_size ? n_nearest : vocab_size - 1;
    return nearest_rows(nearest, cosines, wte, row, n, vocab_size, d_model);
}

WRONG(nearest_rows, accepts_nothing, no_neighbours_refused,
      "n_nearest 0 is no error: there is nothing to do, and the answer is true.")
NEAREST(no_neighbours_refused)
{
    return n_nearest > 0 &&
           nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
}

WRONG(nearest_rows, accepts_nothing, no_width_refused,
      "Rows of no numbers are no error: all their cosines are 0.")
NEAREST(no_width_refused)
{
    return d_model > 0 &&
           nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
}

CAUGHT(nearest_rows, stays_in_bounds, one_place_more, "past the end of")
NEAREST(one_place_more)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE, 0);
    nearest[n_nearest] = row; // "the end of the list"
    return true;
}

CAUGHT(nearest_rows, random_tables, remembers_lengths, "when the program had")
NEAREST(remembers_lengths)
{
    static const float *seen;
    static double lengths[128];
    if (bad_row(row, n_nearest, vocab_size) || vocab_size > 128)
        return nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size && seen != wte; v++) {
        lengths[v] = 0;
        for (size_t i = 0; i < d_model; i++)
            lengths[v] += (double)wte[v * d_model + i] * (double)wte[v * d_model + i];
        lengths[v] = sqrt(lengths[v]);
    }
    seen = wte;
    find_nearest(nearest, cosines, wte, row, n_nearest, vocab_size, d_model, COSINE, 0);
    for (size_t k = 0; k < n_nearest; k++)
        cosines[k] =
            likeness_of(wte + row * d_model, wte + nearest[k] * d_model, d_model, DOT) /
            (lengths[row] * lengths[nearest[k]]);
    return true;
}

WRONG(nearest_rows, zero_rows, begins_with_zeros,
      "A row that begins with zeros is taken for a row of zeros: look at all of it.")
bool begins_with_zeros(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                       size_t n_nearest, size_t vocab_size, size_t d_model)
{
    float *rows = without_late_rows(wte, vocab_size, d_model);
    const bool good =
        nearest_rows(nearest, cosines, rows, row, n_nearest, vocab_size, d_model);
    free(rows);
    return good;
}

CAUGHT(nearest_rows, large_sizes, first_4096_neighbours, "was never written")
bool first_4096_neighbours(uint32_t *nearest, double *cosines, const float *wte,
                           uint32_t row, size_t n_nearest, size_t vocab_size,
                           size_t d_model)
{
    if (n_nearest <= 4096 || n_nearest >= vocab_size)
        return nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
    return nearest_rows(nearest, cosines, wte, row, 4096, vocab_size, d_model);
}

WRONG(
    nearest_rows, sums_in_double, nearly_equal_cosines,
    "Cosines that differ by less than some limit count as equal: compare the doubles as "
    "they are.")
NEAREST(nearly_equal_cosines)
{
    if (bad_row(row, n_nearest, vocab_size))
        return false;
    size_t n = 0;
    for (size_t v = 0; v < vocab_size && n_nearest > 0; v++) {
        const double s =
            likeness_of(wte + row * d_model, wte + v * d_model, d_model, COSINE);
        if (v == row || (n == n_nearest && s <= cosines[n - 1] + 1e-12))
            continue;
        size_t k = n < n_nearest ? n++ : n - 1;
        for (; k > 0 && cosines[k - 1] + 1e-12 < s; k--) {
            cosines[k] = cosines[k - 1];
            nearest[k] = nearest[k - 1];
        }
        cosines[k] = s;
        nearest[k] = (uint32_t)v;
    }
    return true;
}

// ---------------------------------------------------------------------------- 7.2 center_rows

WRONG(center_rows, worked_example, mean_of_the_row,
      "The mean of each row is subtracted from it: the mean is taken over the rows, a "
      "mean for each column.")
CENTER(mean_of_the_row)
{
    if (vocab_size == 0)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)wte[v * d_model + i];
        for (size_t i = 0; i < d_model; i++)
            out[v * d_model + i] =
                (float)((double)wte[v * d_model + i] - sum / (double)d_model);
    }
    double scratch = 0;
    for (size_t i = 0; i < d_model; i++) {
        scratch = 0;
        for (size_t v = 0; v < vocab_size; v++)
            scratch += (double)wte[v * d_model + i];
        mean[i] = (float)(scratch / (double)vocab_size);
    }
    return true;
}

static void center_by(float *out, float *mean, const float *wte, size_t vocab_size,
                      size_t d_model, double divisor, double times)
{
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)wte[v * d_model + i];
        const double m = sum / divisor;
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = (float)((double)wte[v * d_model + i] - times * m);
        mean[i] = (float)m;
    }
}

WRONG(center_rows, worked_example, divided_by_columns,
      "The sum of a column is divided by d_model: a column has vocab_size numbers.")
CENTER(divided_by_columns)
{
    if (vocab_size == 0)
        return false;
    center_by(out, mean, wte, vocab_size, d_model, (double)d_model, 1);
    return true;
}

WRONG(center_rows, random_tables, divided_by_one_less,
      "The sum is divided by vocab_size - 1: a mean is divided by how many there are.")
CENTER(divided_by_one_less)
{
    if (vocab_size == 0)
        return false;
    center_by(out, mean, wte, vocab_size, d_model,
              vocab_size > 1 ? (double)vocab_size - 1 : 1, 1);
    return true;
}

WRONG(center_rows, worked_example, sum_subtracted,
      "The sum of the column is subtracted and not its mean.")
CENTER(sum_subtracted)
{
    if (vocab_size == 0)
        return false;
    center_by(out, mean, wte, vocab_size, d_model, (double)vocab_size,
              (double)vocab_size);
    return true;
}

WRONG(center_rows, random_tables, mean_added, "The mean is added: subtract it.")
CENTER(mean_added)
{
    if (vocab_size == 0)
        return false;
    center_by(out, mean, wte, vocab_size, d_model, (double)vocab_size, -1);
    return true;
}

WRONG(center_rows, far_from_zero, mean_rounded_first,
      "A sum or a mean is a float on the way: stay in double, subtract, and round once.")
CENTER(mean_rounded_first)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)wte[v * d_model + i];
        mean[i] = (float)(sum / (double)vocab_size);
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = wte[v * d_model + i] - mean[i];
    }
    return true;
}

WRONG(center_rows, worked_example, means_not_written,
      "The rows are centred, but mean is not written.")
CENTER(means_not_written)
{
    if (vocab_size == 0)
        return false;
    float *scratch = malloc((d_model + 1) * sizeof *scratch);
    center_by(out, scratch, wte, vocab_size, d_model, (double)vocab_size, 1);
    free(scratch);
    return mean != NULL;
}

static void center_in_float(float *out, float *mean, const float *wte, size_t vocab_size,
                            size_t d_model, bool divide_first)
{
    for (size_t i = 0; i < d_model; i++) {
        float sum = 0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += divide_first ? wte[v * d_model + i] / (float)vocab_size
                                : wte[v * d_model + i];
        mean[i] = divide_first ? sum : sum / (float)vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = wte[v * d_model + i] - mean[i];
    }
}

WRONG(center_rows, sums_in_double, columns_summed_in_float,
      "A sum or a mean is a float on the way: stay in double, subtract, and round once.")
CENTER(columns_summed_in_float)
{
    if (vocab_size == 0)
        return false;
    center_in_float(out, mean, wte, vocab_size, d_model, false);
    return true;
}

WRONG(center_rows, sums_in_double, divided_before_summing,
      "A sum or a mean is a float on the way: stay in double, subtract, and round once.")
CENTER(divided_before_summing)
{
    if (vocab_size == 0)
        return false;
    center_in_float(out, mean, wte, vocab_size, d_model, true);
    return true;
}

WRONG(center_rows, random_tables, nan_left_out,
      "A NaN is left out of the mean: what the rows hold is what the mean is made of.")
CENTER(nan_left_out)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0, n = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            if (!isnan(wte[v * d_model + i])) {
                sum += (double)wte[v * d_model + i];
                n++;
            }
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = (float)((double)wte[v * d_model + i] - sum / n);
        mean[i] = (float)(sum / n);
    }
    return true;
}

CAUGHT(center_rows, large_sizes, a_thousand_columns, "center_rows")
CENTER(a_thousand_columns)
{
    double sums[1024] = {0};
    if (vocab_size == 0 || d_model > 1024)
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        sums[k % d_model] += (double)wte[k];
    for (size_t k = 0; k < vocab_size * d_model; k++)
        out[k] = (float)((double)wte[k] - sums[k % d_model] / (double)vocab_size);
    for (size_t i = 0; i < d_model; i++)
        mean[i] = (float)(sums[i] / (double)vocab_size);
    return true;
}

WRONG(center_rows, accepts_no_columns, no_columns_refused,
      "Rows of no numbers are no error: there is nothing to do, and the answer is true.")
CENTER(no_columns_refused)
{
    return d_model > 0 && center_rows(out, mean, wte, vocab_size, d_model);
}

WRONG(center_rows, refuses_no_rows, no_rows_accepted,
      "No rows have no mean: with vocab_size 0, return false.")
CENTER(no_rows_accepted)
{
    return vocab_size == 0 || center_rows(out, mean, wte, vocab_size, d_model);
}

CAUGHT(center_rows, refuses_no_rows, mean_of_no_rows, "must return false")
CENTER(mean_of_no_rows)
{
    center_by(out, mean, wte, vocab_size, d_model, (double)vocab_size, 1);
    return true;
}

CAUGHT(center_rows, stays_in_bounds, one_column_more, "past the end of")
CENTER(one_column_more)
{
    if (vocab_size == 0)
        return false;
    center_by(out, mean, wte, vocab_size, d_model, (double)vocab_size, 1);
    mean[d_model] = 0;
    return true;
}

// ------------------------------------------------------------------- 7.3 principal_components

enum {
    NOT_DEFLATED = 1,  // the earlier components are not taken off
    DEFLATED_ONCE = 2, // only before the first round
    DEFLATED_LAST = 4, // only after the last round
    SUMS = 8,          // not divided by vocab_size
    STANDARD = 16,     // the root of the variance
    LENGTH_AS_VARIANCE = 32,
    NOT_UNIT = 64, // not divided by the length
    ONE_ROUND_LESS = 128,
    FLOAT_ROOM = 256,
    LARGEST_ONE = 512, // divided by the largest number instead of the length
    NO_ZERO = 1024,    // divided by 0
    POSITIVE = 2048,   // the sign is changed so that the first number is positive
    ROUND_BEFORE =
        4096, // u is made a unit vector before the first round, and that is a round
    ONE_LESS = 8192,        // divided by vocab_size - 1
    DEFLATED_AFTER = 16384, // taken off after u was made a unit vector
    TINY_ZERO = 32768
};

static void take_off(double *room, const float *components, size_t k, size_t d_model)
{
    for (size_t e = 0; e < k; e++) {
        double part = 0;
        for (size_t i = 0; i < d_model; i++)
            part += room[i] * (double)components[e * d_model + i];
        for (size_t i = 0; i < d_model; i++)
            room[i] -= part * (double)components[e * d_model + i];
    }
}

static double push(double *room, const float *u, const float *wte, size_t vocab_size,
                   size_t d_model, int how)
{
    const double n = how & SUMS       ? 1
                     : how & ONE_LESS ? (double)vocab_size - (vocab_size > 1)
                                      : (double)vocab_size;
    double square = 0;
    for (size_t i = 0; i < d_model; i++)
        room[i] = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        double p = 0;
        float in_float = 0;
        for (size_t i = 0; i < d_model; i++) {
            p += (double)wte[v * d_model + i] * (double)u[i];
            in_float += wte[v * d_model + i] * u[i];
        }
        for (size_t i = 0; i < d_model; i++)
            room[i] += how & FLOAT_ROOM
                           ? (double)(in_float * wte[v * d_model + i] / (float)n)
                           : p * (double)wte[v * d_model + i] / n;
        square += p * p / n;
    }
    return square;
}

static double size_of(const double *room, size_t d_model, int how)
{
    double square = 0, largest = 0;
    for (size_t i = 0; i < d_model; i++) {
        square += room[i] * room[i];
        largest = fmax(largest, fabs(room[i]));
    }
    return how & NOT_UNIT ? 1 : how & LARGEST_ONE ? largest : sqrt(square);
}

static void one_component(float *components, float *variances, double *room,
                          const float *wte, size_t k, size_t n_steps, size_t vocab_size,
                          size_t d_model, int how)
{
    float *u = components + k * d_model;
    double length = 0;
    for (size_t step = how & ONE_ROUND_LESS ? 1 : 0; step < n_steps; step++) {
        push(room, u, wte, vocab_size, d_model, how);
        if (!(how & (NOT_DEFLATED | DEFLATED_ONCE | DEFLATED_LAST | DEFLATED_AFTER)) ||
            ((how & DEFLATED_ONCE) && step == 0) ||
            ((how & DEFLATED_LAST) && step + 1 == n_steps))
            take_off(room, components, k, d_model);
        length = size_of(room, d_model, how);
        for (size_t i = 0; i < d_model; i++)
            u[i] = length > (how & TINY_ZERO ? 1e-9 : 0) || (how & NO_ZERO)
                       ? (float)(room[i] / length)
                       : 0.0f;
        if (how & DEFLATED_AFTER) {
            for (size_t i = 0; i < d_model; i++)
                room[i] = (double)u[i];
            take_off(room, components, k, d_model);
            for (size_t i = 0; i < d_model; i++)
                u[i] = (float)room[i];
        }
    }
    if (how & POSITIVE && d_model > 0 && u[0] < 0)
        for (size_t i = 0; i < d_model; i++)
            u[i] = -u[i];
    const double variance = push(room, u, wte, vocab_size, d_model, how);
    variances[k] = (float)(how & STANDARD             ? sqrt(variance)
                           : how & LENGTH_AS_VARIANCE ? length
                                                      : variance);
}

static bool components_by(float *components, float *variances, double *room,
                          const float *wte, size_t n_components, size_t n_steps,
                          size_t vocab_size, size_t d_model, int how)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components; k++)
        one_component(components, variances, room, wte, k, n_steps, vocab_size, d_model,
                      how);
    return true;
}

#define BY(how)                                                                          \
    return components_by(components, variances, room, wte, n_components, n_steps,        \
                         vocab_size, d_model, how)

WRONG(principal_components, random_tables, not_taken_off,
      "The earlier components are not taken off: each component goes for the longest "
      "direction again.")
COMPONENTS(not_taken_off)
{
    BY(NOT_DEFLATED);
}

WRONG(principal_components, random_tables, taken_off_once,
      "The earlier components are taken off in the first round only: "
      "what rounding leaves of them grows again, so take them off in "
      "every round.")
COMPONENTS(taken_off_once)
{
    BY(DEFLATED_ONCE);
}

WRONG(principal_components, converges, stops_early,
      "The rounds stop as soon as u changes little: there are n_steps of them.")
COMPONENTS(stops_early)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components; k++) {
        float *u = components + k * d_model;
        double change = 1;
        for (size_t step = 0; step < n_steps && change > 1e-4; step++) {
            float *old = malloc((d_model + 1) * sizeof *old);
            memcpy(old, u, d_model * sizeof *old);
            one_component(components, variances, room, wte, k, 1, vocab_size, d_model, 0);
            change = 0;
            for (size_t i = 0; i < d_model; i++)
                change = fmax(change, fabs((double)u[i] - (double)old[i]));
            free(old);
        }
    }
    return true;
}

WRONG(principal_components, large_sizes, stops_when_still,
      "The rounds stop when u seems to stand still: a direction may grow for long before "
      "it "
      "shows, so do all n_steps.")
COMPONENTS(stops_when_still)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components; k++) {
        float *u = components + k * d_model, *old = malloc(d_model * sizeof *old + 1);
        bool moves = true;
        for (size_t step = 0; step < n_steps && moves; step++) {
            memcpy(old, u, d_model * sizeof *old);
            one_component(components, variances, room, wte, k, 1, vocab_size, d_model, 0);
            moves = false;
            for (size_t i = 0; i < d_model; i++)
                moves |= fabs((double)u[i] - (double)old[i]) > 1e-8;
        }
        free(old);
    }
    return true;
}

WRONG(principal_components, large_sizes, a_thousand_rounds,
      "There are fewer rounds than n_steps says: there is no largest number of them.")
COMPONENTS(a_thousand_rounds)
{
    return components_by(components, variances, room, wte, n_components,
                         n_steps < 1000 ? n_steps : 1000, vocab_size, d_model, 0);
}

WRONG(principal_components, random_tables, taken_off_last,
      "The earlier components are taken off in the last round only, or before they are "
      "finished: finish one, then take it off in every round of the next.")
COMPONENTS(taken_off_last)
{
    BY(DEFLATED_LAST);
}

WRONG(principal_components, worked_example, taken_off_after,
      "The earlier components are taken off after the division, so u has not length 1: "
      "first take them off, then divide.")
COMPONENTS(taken_off_after)
{
    BY(DEFLATED_AFTER);
}

WRONG(principal_components, worked_example, sums_for_means,
      "The variance is a sum: divide by vocab_size.")
COMPONENTS(sums_for_means)
{
    BY(SUMS);
}

WRONG(principal_components, worked_example, one_less_for_variance,
      "The variance is divided by vocab_size - 1: it is the mean over all rows.")
COMPONENTS(one_less_for_variance)
{
    BY(ONE_LESS);
}

WRONG(principal_components, worked_example, root_of_variance,
      "This is the root of the variance, the standard deviation.")
COMPONENTS(root_of_variance)
{
    BY(STANDARD);
}

WRONG(
    principal_components, large_sizes, variance_in_float,
    "The variance is added up in a float, which loses digits where there are many rows: "
    "use a double.")
COMPONENTS(variance_in_float)
{
    if (!components_by(components, variances, room, wte, n_components, n_steps,
                       vocab_size, d_model, 0))
        return false;
    for (size_t k = 0; k < n_components; k++) {
        variances[k] = 0.0f;
        for (size_t v = 0; v < vocab_size; v++) {
            double p = 0.0;
            for (size_t i = 0; i < d_model; i++)
                p += (double)wte[v * d_model + i] * (double)components[k * d_model + i];
            variances[k] += (float)(p * p / (double)vocab_size);
        }
    }
    return true;
}

WRONG(principal_components, worked_example, length_for_variance,
      "The variance is the length of room in the last round. That is so only when u does "
      "not change any more: walk over the rows once more.")
COMPONENTS(length_for_variance)
{
    BY(LENGTH_AS_VARIANCE);
}

WRONG(principal_components, worked_example, not_unit,
      "u is not divided by the length of room.")
COMPONENTS(not_unit)
{
    BY(NOT_UNIT);
}

WRONG(principal_components, worked_example, divided_by_largest,
      "u is divided by its largest number: divide by its length.")
COMPONENTS(divided_by_largest)
{
    BY(LARGEST_ONE);
}

WRONG(principal_components, random_tables, one_round_less,
      "There is one round too few: n_steps of them.")
COMPONENTS(one_round_less)
{
    BY(ONE_ROUND_LESS);
}

WRONG(principal_components, begins_as_told, sign_chosen,
      "The sign of a component is changed: where it begins decides it.")
COMPONENTS(sign_chosen)
{
    BY(POSITIVE);
}

WRONG(principal_components, begins_as_told, begins_elsewhere,
      "The vectors to begin with are not used: components comes in with them.")
COMPONENTS(begins_elsewhere)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components * d_model; k++)
        components[k] = 1.0f / (float)(1 + k % d_model + k / d_model);
    BY(0);
}

WRONG(principal_components, nothing_left, divided_by_zero,
      "If nothing is left, the length is 0, and 0 / 0 is not a number: u becomes zeros.")
COMPONENTS(divided_by_zero)
{
    BY(NO_ZERO);
}

WRONG(principal_components, sums_in_double, tiny_length_is_zero,
      "A tiny length counts as 0: only if it is 0 there is nothing left.")
COMPONENTS(tiny_length_is_zero)
{
    BY(TINY_ZERO);
}

WRONG(principal_components, sums_in_double, summed_in_floats,
      "row . u and its multiples are computed in float, where small squares are 0.")
COMPONENTS(summed_in_floats)
{
    BY(FLOAT_ROOM);
}

CAUGHT(principal_components, large_sizes, projections_in_an_array, "principal_components")
COMPONENTS(projections_in_an_array)
{
    double p[4096];
    if (vocab_size > sizeof p / sizeof *p)
        return false;
    BY(0);
}

CAUGHT(principal_components, large_sizes, at_most_1000_rounds, "principal_components")
COMPONENTS(at_most_1000_rounds)
{
    return d_model <= 4096 &&
           principal_components(components, variances, room, wte, n_components,
                                n_steps < 1000 ? n_steps : 1000, vocab_size, d_model);
}

CAUGHT(principal_components, many_components, at_most_32_components,
       "principal_components")
COMPONENTS(at_most_32_components)
{
    return n_components <= 32 &&
           principal_components(components, variances, room, wte, n_components, n_steps,
                                vocab_size, d_model);
}

WRONG(principal_components, many_components, last_component_refused,
      "As many components as columns are accepted by the contract: "
      "only more are refused.")
COMPONENTS(last_component_refused)
{
    return n_components < d_model &&
           principal_components(components, variances, room, wte, n_components, n_steps,
                                vocab_size, d_model);
}

WRONG(principal_components, refuses_bad_sizes, no_rounds_accepted,
      "n_steps 0 is refused by name: return false.")
COMPONENTS(no_rounds_accepted)
{
    if (n_components > d_model || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components; k++)
        one_component(components, variances, room, wte, k, n_steps, vocab_size, d_model,
                      0);
    return true;
}

CAUGHT(principal_components, refuses_bad_sizes, as_many_as_there_are, "must return false")
COMPONENTS(as_many_as_there_are)
{
    return principal_components(components, variances, room, wte,
                                n_components < d_model ? n_components : d_model, n_steps,
                                vocab_size, d_model);
}

WRONG(principal_components, accepts_no_components, no_components_refused,
      "No components are no error: there is nothing to do, and the answer is true.")
COMPONENTS(no_components_refused)
{
    return n_components > 0 &&
           principal_components(components, variances, room, wte, n_components, n_steps,
                                vocab_size, d_model);
}

CAUGHT(principal_components, stays_in_bounds, one_number_of_room_more, "past the end of")
COMPONENTS(one_number_of_room_more)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    room[d_model] = 0; // "the length"
    BY(0);
}

CAUGHT(principal_components, refuses_bad_sizes, nothing_is_always_fine,
       "must return false")
bool nothing_is_always_fine(float *components, float *variances, double *room,
                            const float *wte, size_t n_components, size_t n_steps,
                            size_t vocab_size, size_t d_model)
{
    return d_model == 0 && n_components == 0
               ? true
               : principal_components(components, variances, room, wte, n_components,
                                      n_steps, vocab_size, d_model);
}

// -------------------------------------------------------------------------------- 7.4 analogy

enum {
    NOT_EXCLUDED = 1,
    ALWAYS_EXCLUDED = 2,
    ONLY_C = 4,
    NOT_A = 8, // a may answer
    REVERSED = 16,
    C_ALONE = 32,
    ALL_ADDED = 64,
    LATER = 128,
    STARTS_AT_0 = 256,
    MULTIPLIED = 512,
    B_IS_MINUS = 1024
};

static bool is_excluded(size_t v, uint32_t a, uint32_t b, uint32_t c, bool exclude,
                        int how)
{
    if (how & NOT_EXCLUDED)
        return false;
    if (how & ONLY_C)
        return exclude && v == c;
    if (how & NOT_A)
        return exclude && (v == b || v == c);
    return (exclude || (how & ALWAYS_EXCLUDED)) && (v == a || v == b || v == c);
}

static double score_by(const float *wte, size_t v, uint32_t a, uint32_t b, uint32_t c,
                       size_t d_model, enum likeness like, int how)
{
    const float *row = wte + v * d_model;
    const double of_a = likeness_of(row, wte + a * d_model, d_model, like);
    const double of_b = likeness_of(row, wte + b * d_model, d_model, like);
    const double of_c = likeness_of(row, wte + c * d_model, d_model, like);
    if (how & REVERSED)
        return of_a - of_b + of_c;
    if (how & C_ALONE)
        return of_c;
    if (how & ALL_ADDED)
        return of_a + of_b + of_c;
    if (how & MULTIPLIED)
        return (of_b + 1) * (of_c + 1) / (of_a + 1.001);
    if (how & B_IS_MINUS)
        return of_b - of_a - of_c;
    return like == ROUNDED ? (double)((float)of_b - (float)of_a + (float)of_c)
                           : of_b - of_a + of_c;
}

static bool answer_by(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                      uint32_t c, bool exclude_inputs, size_t vocab_size, size_t d_model,
                      enum likeness like, int how)
{
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    size_t best = how & STARTS_AT_0 ? 0 : vocab_size;
    double most = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        if (is_excluded(v, a, b, c, exclude_inputs, how))
            continue;
        const double s = score_by(wte, v, a, b, c, d_model, like, how);
        if (best == vocab_size || s > most || ((how & LATER) && s == most)) {
            best = v;
            most = s;
        }
    }
    if (best == vocab_size)
        return false;
    *answer = (uint32_t)best;
    return true;
}

#define ANSWER_BY(like, how)                                                             \
    return answer_by(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model, like, how)

WRONG(analogy, worked_example, arrow_reversed,
      "The arrow goes from b to a: the score is like b, unlike a, like c.")
ANALOGY(arrow_reversed)
{
    ANSWER_BY(COSINE, REVERSED);
}

WRONG(analogy, random_tables, all_three_added,
      "The cosine with a is added: it is subtracted.")
ANALOGY(all_three_added)
{
    ANSWER_BY(COSINE, ALL_ADDED);
}

WRONG(analogy, random_tables, nearest_to_c,
      "This is the nearest row of c alone: b and a count too.")
ANALOGY(nearest_to_c)
{
    ANSWER_BY(COSINE, C_ALONE);
}

WRONG(analogy, random_tables, c_subtracted,
      "The cosine with c is subtracted: it is added.")
ANALOGY(c_subtracted)
{
    ANSWER_BY(COSINE, B_IS_MINUS);
}

WRONG(analogy, random_tables, cosines_multiplied,
      "The cosines are multiplied and divided: here they are added and subtracted.")
ANALOGY(cosines_multiplied)
{
    ANSWER_BY(COSINE, MULTIPLIED);
}

WRONG(analogy, worked_example, inputs_never_excluded,
      "A word of the question answers although exclude_inputs is true.")
ANALOGY(inputs_never_excluded)
{
    ANSWER_BY(COSINE, NOT_EXCLUDED);
}

WRONG(analogy, worked_example, inputs_always_excluded,
      "The words of the question are excluded although exclude_inputs is false.")
ANALOGY(inputs_always_excluded)
{
    ANSWER_BY(COSINE, ALWAYS_EXCLUDED);
}

WRONG(analogy, worked_example, only_c_excluded,
      "Only c is excluded: a and b are words of the question too.")
ANALOGY(only_c_excluded)
{
    ANSWER_BY(COSINE, ONLY_C);
}

WRONG(analogy, low_scores, score_starts_at_zero,
      "A negative score is never found: the best one so far must not begin as 0.")
ANALOGY(score_starts_at_zero)
{
    ANSWER_BY(COSINE, STARTS_AT_0);
}

WRONG(analogy, refuses_no_candidate, a_not_excluded,
      "The word a is not excluded: all three words of the question are.")
ANALOGY(a_not_excluded)
{
    ANSWER_BY(COSINE, NOT_A);
}

WRONG(analogy, lengths_do_not_count, candidates_not_divided,
      "The candidate's length is not divided out: the score of a long row is too large.")
ANALOGY(candidates_not_divided)
{
    ANSWER_BY(ONE_LENGTH, 0);
}

WRONG(analogy, lengths_do_not_count, dot_products_added,
      "The scores are made of dot products, so long rows count for more: use cosines.")
ANALOGY(dot_products_added)
{
    ANSWER_BY(DOT, 0);
}

// cos(v, b - a + c) with the rows as they are
WRONG(analogy, lengths_do_not_count, rows_as_they_are,
      "b - a + c is made of the rows as they are, so the longest of "
      "the three counts most: divide each by its length first.")
ANALOGY(rows_as_they_are)
{
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    size_t best = vocab_size;
    double most = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        if (is_excluded(v, a, b, c, exclude_inputs, 0))
            continue;
        double sum = 0, square = 0;
        for (size_t i = 0; i < d_model; i++) {
            const double x = (double)wte[v * d_model + i];
            sum += x * ((double)wte[b * d_model + i] - (double)wte[a * d_model + i] +
                        (double)wte[c * d_model + i]);
            square += x * x;
        }
        const double s = square > 0 ? sum / sqrt(square) : 0;
        if (best == vocab_size || s > most) {
            best = v;
            most = s;
        }
    }
    if (best == vocab_size)
        return false;
    *answer = (uint32_t)best;
    return true;
}

WRONG(analogy, equal_words, equal_words_refused,
      "The three words may be equal to one another: that is no error.")
ANALOGY(equal_words_refused)
{
    return a != b && b != c && a != c &&
           analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

WRONG(analogy, ties, later_of_equal,
      "Of equal scores the later row wins: replace the best one only by a strictly "
      "greater one.")
ANALOGY(later_of_equal)
{
    ANSWER_BY(COSINE, LATER);
}

WRONG(analogy, refuses_no_candidate, first_row_if_none,
      "No candidate is left, and row 0 is the answer all the same: return false.")
ANALOGY(first_row_if_none)
{
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    if (!analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model))
        *answer = 0;
    return true;
}

WRONG(
    analogy, low_scores, nothing_above_zero,
    "No score is above the number that the best one begins with, and so no row is found: "
    "begin with the first candidate's.")
ANALOGY(nothing_above_zero)
{
    uint32_t best;
    if (!analogy(&best, wte, a, b, c, exclude_inputs, vocab_size, d_model))
        return false;
    const float *row = wte + best * d_model;
    if (!(likeness_of(row, wte + b * d_model, d_model, COSINE) -
              likeness_of(row, wte + a * d_model, d_model, COSINE) +
              likeness_of(row, wte + c * d_model, d_model, COSINE) >
          0.0))
        return false;
    *answer = best;
    return true;
}

WRONG(analogy, zero_rows, not_a_number,
      "A row of zeros has length 0, and 0 / 0 is not a number: its cosine counts as 0.")
ANALOGY(not_a_number)
{
    ANSWER_BY(NO_GUARD, 0);
}

WRONG(analogy, zero_rows, zero_words_refused,
      "A row of zeros among a, b and c is no error: its cosines are 0.")
ANALOGY(zero_words_refused)
{
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    return !all_zero(wte + a * d_model, d_model) &&
           !all_zero(wte + b * d_model, d_model) &&
           !all_zero(wte + c * d_model, d_model) &&
           analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

WRONG(analogy, sums_in_double, scored_in_float,
      "The cosines are computed in float: convert to double before you multiply.")
ANALOGY(scored_in_float)
{
    ANSWER_BY(IN_FLOAT, 0);
}

WRONG(analogy, sums_in_double, rounded_scores,
      "The scores are compared as float, where different ones become equal.")
ANALOGY(rounded_scores)
{
    ANSWER_BY(ROUNDED, 0);
}

WRONG(analogy, sums_in_double, tiny_rows_are_zero,
      "A row of tiny numbers counts as zeros: only a row that is all zeros has no "
      "direction.")
ANALOGY(tiny_rows_are_zero)
{
    ANSWER_BY(TINY_IS_ZERO, 0);
}

WRONG(analogy, large_sizes, first_32_numbers,
      "Only the first 32 numbers of a row count: a row has d_model of them.")
ANALOGY(first_32_numbers)
{
    ANSWER_BY(FIRST_32, 0);
}

CAUGHT(analogy, large_sizes, a_score_for_each, "analogy")
ANALOGY(a_score_for_each)
{
    return vocab_size <= 4096 &&
           analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(analogy, refuses_bad_ids, only_a_checked, "must return false")
ANALOGY(only_a_checked)
{
    if (a >= vocab_size)
        return false;
    *answer = b < vocab_size && c < vocab_size
                  ? (analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model),
                     *answer)
                  : 0;
    return true;
}

WRONG(analogy, refuses_no_candidate, at_least_four_rows,
      "Three rows or fewer are refused although a candidate is left.")
ANALOGY(at_least_four_rows)
{
    return vocab_size > 3 &&
           analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(analogy, stays_in_bounds, two_answers, "past the end of")
ANALOGY(two_answers)
{
    if (!analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model))
        return false;
    answer[1] = c; // "the second best"
    return true;
}

static bool holds_the_same(const float *wte, size_t v, size_t w, size_t d_model)
{
    return memcmp(wte + v * d_model, wte + w * d_model, d_model * sizeof *wte) == 0;
}

WRONG(analogy, equal_words, equal_rows_excluded,
      "Rows that hold the same as a, b or c are left out: only the three ids are.")
bool equal_rows_excluded(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                         uint32_t c, bool exclude_inputs, size_t vocab_size,
                         size_t d_model)
{
    if (!exclude_inputs || d_model == 0 || a >= vocab_size || b >= vocab_size ||
        c >= vocab_size)
        return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
    float *rows = malloc((vocab_size + 3) * d_model * sizeof *rows);
    uint32_t *ids = malloc((vocab_size + 3) * sizeof *ids), found = 0;
    const uint32_t words[3] = {a, b, c};
    size_t n = 3;
    for (size_t k = 0; k < 3; k++)
        memcpy(rows + k * d_model, wte + words[k] * d_model, d_model * sizeof *rows);
    for (size_t v = 0; v < vocab_size; v++) {
        if (holds_the_same(wte, v, a, d_model) || holds_the_same(wte, v, b, d_model) ||
            holds_the_same(wte, v, c, d_model))
            continue;
        memcpy(rows + n * d_model, wte + v * d_model, d_model * sizeof *rows);
        ids[n++] = (uint32_t)v;
    }
    const bool good = analogy(&found, rows, 0, 1, 2, true, n, d_model);
    if (good)
        *answer = ids[found];
    free(rows);
    free(ids);
    return good;
}

CAUGHT(analogy, low_scores, best_above_minus_3, "must return true")
bool best_above_minus_3(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                        uint32_t c, bool exclude_inputs, size_t vocab_size,
                        size_t d_model)
{
    double best = -3.0; // the first candidate must be greater, and may be equal
    if (d_model != 1 || vocab_size != 4)
        return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
    for (uint32_t v = exclude_inputs ? 3 : 0; v < 4; v++) {
        const double x = (double)wte[v];
        const double score = (x * (double)wte[b] > 0 ? 1 : -1) -
                             (x * (double)wte[a] > 0 ? 1 : -1) +
                             (x * (double)wte[c] > 0 ? 1 : -1);
        if (score > best) {
            best = score;
            *answer = v;
        }
    }
    return best > -3.0;
}

CAUGHT(analogy, low_scores, no_numbers_no_answer, "must return true")
bool no_numbers_no_answer(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                          uint32_t c, bool exclude_inputs, size_t vocab_size,
                          size_t d_model)
{
    return d_model > 0 &&
           analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(analogy, zero_rows, words_begin_with_zeros, "got")
bool words_begin_with_zeros(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                            uint32_t c, bool exclude_inputs, size_t vocab_size,
                            size_t d_model)
{
    float *rows = without_late_rows(wte, vocab_size, d_model);
    const bool good = analogy(answer, rows, a, b, c, exclude_inputs, vocab_size, d_model);
    free(rows);
    return good;
}

// ---------------------------------------------------------------------------- 7.5 rotate_rows

enum {
    TRANSPOSED = 1,
    UNCHECKED = 2,
    LENGTHS_ONLY = 4,
    ANGLES_ONLY = 8,
    NEIGHBOURS_ONLY = 16,
    NAN_PASSES = 32,
    STRICT = 64,
    LOOSE = 128,
    LAST_ROW_FREE = 256,
    FLOAT_SUMS = 512,
    NO_MIRRORS = 1024,
    FIRST_ROW_ONLY = 2048
};

static bool passes(const float *rotation, size_t d_model, int how)
{
    const double limit = how & STRICT ? 1e-5 : how & LOOSE ? 0.05 : 0.001;
    const size_t n = how & LAST_ROW_FREE    ? d_model - 1
                     : how & FIRST_ROW_ONLY ? 1
                                            : d_model;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d_model; k++) {
            if (((how & LENGTHS_ONLY) && i != k) || ((how & ANGLES_ONLY) && i == k) ||
                ((how & NEIGHBOURS_ONLY) && k > i + 1) || k < i)
                continue;
            double sum = i == k ? -1 : 0;
            for (size_t j = 0; j < d_model; j++)
                sum +=
                    (double)rotation[i * d_model + j] * (double)rotation[k * d_model + j];
            if (how & NAN_PASSES ? fabs(sum) > limit : !(fabs(sum) <= limit))
                return false;
        }
    return true;
}

static bool rotate_by(float *out, const float *wte, const float *rotation,
                      size_t vocab_size, size_t d_model, int how)
{
    if (vocab_size == 0 || d_model == 0)
        return true;
    if (!(how & UNCHECKED) && !passes(rotation, d_model, how))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < d_model; j++) {
            double sum = 0;
            float in_float = 0;
            for (size_t i = 0; i < d_model; i++) {
                const float r =
                    rotation[how & TRANSPOSED ? j * d_model + i : i * d_model + j];
                sum += (double)wte[v * d_model + i] * (double)r;
                in_float += wte[v * d_model + i] * r;
            }
            out[v * d_model + j] = how & FLOAT_SUMS ? in_float : (float)sum;
        }
    return true;
}

#define ROTATE_BY(how) return rotate_by(out, wte, rotation, vocab_size, d_model, how)

WRONG(rotate_rows, worked_example, turned_back,
      "The matrix is used on its side, rotation[j][i]: that turns the other way round.")
ROTATE(turned_back)
{
    ROTATE_BY(TRANSPOSED);
}

WRONG(rotate_rows, random_rotations, rows_are_copied,
      "The rows are as they were: out is the table times the matrix.")
ROTATE(rows_are_copied)
{
    if (vocab_size == 0 || d_model == 0)
        return true;
    if (!passes(rotation, d_model, 0))
        return false;
    memcpy(out, wte, vocab_size * d_model * sizeof *out);
    return true;
}

WRONG(rotate_rows, accepts_nearly, too_strict,
      "A matrix that is off by less than 0.001 is refused.")
ROTATE(too_strict)
{
    ROTATE_BY(STRICT);
}

WRONG(rotate_rows, sums_in_double, turned_in_float,
      "The sums are floats: compute them in double.")
ROTATE(turned_in_float)
{
    ROTATE_BY(FLOAT_SUMS);
}

CAUGHT(rotate_rows, large_sizes, a_copy_of_256, "rotate_rows")
ROTATE(a_copy_of_256)
{
    return d_model <= 256 && rotate_rows(out, wte, rotation, vocab_size, d_model);
}

WRONG(rotate_rows, refuses_nan, nan_passes,
      "A NaN is accepted, because a comparison with it is false: ask whether the product "
      "is within 0.001, and not whether it is outside.")
ROTATE(nan_passes)
{
    ROTATE_BY(NAN_PASSES);
}

WRONG(rotate_rows, refuses_other_matrices, never_checked,
      "The matrix is not checked: its rows must have length 1 and stand at right angles.")
ROTATE(never_checked)
{
    ROTATE_BY(UNCHECKED);
}

WRONG(rotate_rows, refuses_other_matrices, angles_only,
      "Only the angles of the rows are checked: each must have length 1 too.")
ROTATE(angles_only)
{
    ROTATE_BY(ANGLES_ONLY);
}

WRONG(rotate_rows, refuses_other_matrices, lengths_only,
      "Only the lengths of the rows are checked: they must stand at right angles too.")
ROTATE(lengths_only)
{
    ROTATE_BY(LENGTHS_ONLY);
}

WRONG(rotate_rows, refuses_other_matrices, next_row_only,
      "Each row is held only against the next one: every two rows must stand at a right "
      "angle.")
ROTATE(next_row_only)
{
    ROTATE_BY(NEIGHBOURS_ONLY);
}

WRONG(rotate_rows, refuses_other_matrices, last_row_free,
      "The last row of the matrix is not checked.")
ROTATE(last_row_free)
{
    ROTATE_BY(LAST_ROW_FREE);
}

WRONG(rotate_rows, refuses_other_matrices, first_row_only,
      "Only the first row of the matrix is held against the others.")
ROTATE(first_row_only)
{
    ROTATE_BY(FIRST_ROW_ONLY);
}

WRONG(rotate_rows, refuses_other_matrices, too_loose,
      "A matrix that is off by more than 0.001 is accepted.")
ROTATE(too_loose)
{
    ROTATE_BY(LOOSE);
}

WRONG(rotate_rows, accepts_nothing, matrix_asked_first,
      "With no rows nothing is asked of the matrix: return true.")
ROTATE(matrix_asked_first)
{
    if (!passes(rotation, d_model, 0))
        return false;
    ROTATE_BY(0);
}

WRONG(rotate_rows, accepts_nothing, nothing_refused,
      "A size of 0 is no error: there is nothing to do, and the answer is true.")
ROTATE(nothing_refused)
{
    return vocab_size > 0 && d_model > 0 &&
           rotate_rows(out, wte, rotation, vocab_size, d_model);
}

CAUGHT(rotate_rows, stays_in_bounds, one_row_more, "past the end of")
ROTATE(one_row_more)
{
    if (!rotate_rows(out, wte, rotation, vocab_size, d_model))
        return false;
    memcpy(out + vocab_size * d_model, out, d_model * sizeof *out);
    return true;
}

// As rotate_rows, with limits of its own
static bool rotate_within(float *out, const float *wte, const float *rotation,
                          size_t vocab_size, size_t d_model, double most)
{
    for (size_t i = 0; i < d_model && vocab_size > 0; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = i == k ? -1.0 : 0.0;
            for (size_t j = 0; j < d_model; j++)
                sum +=
                    (double)rotation[i * d_model + j] * (double)rotation[k * d_model + j];
            if (!(fabs(sum) <= most))
                return false;
        }
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < d_model; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)rotation[i * d_model + j];
            out[v * d_model + j] = (float)sum;
        }
    return true;
}

CAUGHT(rotate_rows, refuses_other_matrices, a_little_too_loose, "must return false")
bool a_little_too_loose(float *out, const float *wte, const float *rotation,
                        size_t vocab_size, size_t d_model)
{
    return rotate_within(out, wte, rotation, vocab_size, d_model, 0.001004);
}

CAUGHT(rotate_rows, accepts_nearly, a_little_too_strict, "must return true")
bool a_little_too_strict(float *out, const float *wte, const float *rotation,
                         size_t vocab_size, size_t d_model)
{
    return rotate_within(out, wte, rotation, vocab_size, d_model, 0.000995);
}

CAUGHT(rotate_rows, accepts_nearly, hardly_turned_is_copied, "got")
bool hardly_turned_is_copied(float *out, const float *wte, const float *rotation,
                             size_t vocab_size, size_t d_model)
{
    if (!rotate_rows(out, wte, rotation, vocab_size, d_model))
        return false;
    for (size_t k = 0; k < d_model * d_model && vocab_size > 0; k++)
        if (!(fabs((double)rotation[k] - (k % (d_model + 1) == 0 ? 1 : 0)) < 0.001))
            return true;
    memcpy(out, wte, vocab_size * d_model * sizeof *out);
    return true;
}

static double score_of(const float *row, const double *target, size_t n)
{
    double dot = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        dot += (double)row[i] * target[i];
        square += (double)row[i] * (double)row[i];
    }
    return square > 0.0 ? dot / sqrt(square) : 0.0;
}

// The unit rows of b and c less that of a, one target for all candidates
static double *target_of(const float *wte, const uint32_t *words, size_t d_model)
{
    double *target = calloc(d_model + 1, sizeof *target);
    for (size_t k = 0; k < 3; k++) {
        const float *row = wte + words[k] * d_model;
        double square = 0.0;
        for (size_t i = 0; i < d_model; i++)
            square += (double)row[i] * (double)row[i];
        for (size_t i = 0; i < d_model && square > 0.0; i++)
            target[i] += (k == 1 ? -1.0 : 1.0) * (double)row[i] / sqrt(square);
    }
    return target;
}

static bool best_towards(uint32_t *answer, const float *wte, const uint32_t *words,
                         bool exclude_inputs, size_t vocab_size, size_t d_model,
                         bool in_float, double slack)
{
    size_t best = vocab_size;
    double most = 0.0;
    for (size_t k = 0; k < 3; k++)
        if (words[k] >= vocab_size)
            return false;
    double *target = target_of(wte, words, d_model);
    for (size_t i = 0; i < d_model && in_float; i++)
        target[i] = (double)(float)target[i];
    for (size_t v = 0; v < vocab_size; v++) {
        const double score = score_of(wte + v * d_model, target, d_model);
        if (exclude_inputs && (v == words[0] || v == words[1] || v == words[2]))
            continue;
        if (best == vocab_size || score > most + slack) {
            best = v;
            most = score;
        }
    }
    free(target);
    if (best < vocab_size)
        *answer = (uint32_t)best;
    return best < vocab_size;
}

WRONG(analogy, sums_in_double, nearly_equal_scores,
      "Scores that differ by less than some limit count as equal: compare the doubles as "
      "they are.")
ANALOGY(nearly_equal_scores)
{
    return best_towards(answer, wte, (uint32_t[]){b, a, c}, exclude_inputs, vocab_size,
                        d_model, false, 1e-12);
}

WRONG(analogy, sums_in_double, rounded_target,
      "The point that is looked for is rounded to float: keep sums in double.")
ANALOGY(rounded_target)
{
    return best_towards(answer, wte, (uint32_t[]){b, a, c}, exclude_inputs, vocab_size,
                        d_model, true, 0.0);
}

// Sums of the matrix in double or float; whether the size of a lean or the lean counts
static bool rotate_if(float *out, const float *wte, const float *rotation,
                      size_t vocab_size, size_t d_model, bool in_float, bool only_above)
{
    for (size_t i = 0; i < d_model && vocab_size > 0; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = 0.0;
            float small = 0.0f;
            for (size_t j = 0; j < d_model; j++) {
                const float a = rotation[i * d_model + j], b = rotation[k * d_model + j];
                sum += (double)a * (double)b;
                small += a * b;
            }
            const double off = (in_float ? (double)small : sum) - (i == k ? 1.0 : 0.0);
            if (!((only_above && i != k ? off : fabs(off)) <= 0.001))
                return false;
        }
    return rotate_within(out, wte, rotation, vocab_size, d_model, 1e30);
}

WRONG(rotate_rows, refuses_other_matrices, checked_in_float,
      "The matrix is looked at with sums in float, which lose small squares: sums are in "
      "double.")
bool checked_in_float(float *out, const float *wte, const float *rotation,
                      size_t vocab_size, size_t d_model)
{
    return rotate_if(out, wte, rotation, vocab_size, d_model, true, false);
}

WRONG(rotate_rows, refuses_other_matrices, negative_lean_passes,
      "A negative dot product of two rows passes: its size counts, with fabs.")
bool negative_lean_passes(float *out, const float *wte, const float *rotation,
                          size_t vocab_size, size_t d_model)
{
    return rotate_if(out, wte, rotation, vocab_size, d_model, false, true);
}

WRONG(rotate_rows, random_rotations, mirror_refused,
      "A mirror is refused: it keeps all angles too, and passes.")
bool mirror_refused(float *out, const float *wte, const float *rotation,
                    size_t vocab_size, size_t d_model)
{
    if (d_model == 2 && vocab_size > 0 &&
        rotation[0] * rotation[3] - rotation[1] * rotation[2] < 0.0f)
        return false;
    return rotate_rows(out, wte, rotation, vocab_size, d_model);
}

CAUGHT(nearest_rows, refuses_bad_sizes, no_numbers_no_checks, "must return false")
NEAREST(no_numbers_no_checks)
{
    for (size_t k = 0; k < n_nearest && d_model == 0; k++)
        nearest[k] = (uint32_t)(k + (k >= row)), cosines[k] = 0.0;
    return d_model == 0 ||
           nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
}

WRONG(center_rows, random_tables, rows_of_zeros_uncounted,
      "A row of zeros is not counted: it is a row like any other.")
CENTER(rows_of_zeros_uncounted)
{
    size_t n = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        bool is_zero = true;
        for (size_t i = 0; i < d_model; i++)
            is_zero = is_zero && wte[v * d_model + i] == 0.0f;
        n += !is_zero;
    }
    if (n == 0 || n == vocab_size)
        return center_rows(out, mean, wte, vocab_size, d_model);
    center_by(out, mean, wte, vocab_size, d_model, (double)n, 1);
    return true;
}

CAUGHT(principal_components, begins_as_told, zeros_to_begin_with_refused,
       "must return true")
COMPONENTS(zeros_to_begin_with_refused)
{
    for (size_t k = 0; k < n_components && n_components <= d_model; k++) {
        double square = 0.0;
        for (size_t i = 0; i < d_model; i++)
            square +=
                (double)components[k * d_model + i] * (double)components[k * d_model + i];
        if (square == 0.0)
            return false;
    }
    return principal_components(components, variances, room, wte, n_components, n_steps,
                                vocab_size, d_model);
}

CAUGHT(principal_components, sums_in_double, small_variance_is_zero, "got 0")
COMPONENTS(small_variance_is_zero)
{
    const bool good = principal_components(components, variances, room, wte, n_components,
                                           n_steps, vocab_size, d_model);
    for (size_t k = 0; k < n_components && good; k++)
        variances[k] = variances[k] < 1e-30f ? 0.0f : variances[k];
    return good;
}

CAUGHT(analogy, refuses_bad_ids, words_of_no_numbers_unchecked, "must return false")
ANALOGY(words_of_no_numbers_unchecked)
{
    for (uint32_t v = 0; v < vocab_size && d_model == 0; v++)
        if (!exclude_inputs || (v != a && v != b && v != c)) {
            *answer = v; // all scores are 0
            return true;
        }
    return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(rotate_rows, random_rotations, odd_rows_refused, "must return true")
ROTATE(odd_rows_refused)
{
    for (size_t k = 0; k < vocab_size * d_model; k++)
        if (!isfinite(wte[k]))
            return false;
    return rotate_rows(out, wte, rotation, vocab_size, d_model);
}

CAUGHT(analogy, ties, nothing_taken_nothing_added, "answer: got")
ANALOGY(nothing_taken_nothing_added)
{
    if (exclude_inputs || a != b || a >= vocab_size || c >= vocab_size)
        return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
    *answer = c; // but another row may be as near, and come first
    return true;
}

WRONG(center_rows, sums_in_double, small_results_are_zero,
      "Small results are written as 0: a float may be as small as 1.4e-45.")
CENTER(small_results_are_zero)
{
    const bool good = center_rows(out, mean, wte, vocab_size, d_model);
    for (size_t k = 0; k < vocab_size * d_model && good; k++)
        out[k] = fabsf(out[k]) < 1e-30f ? 0.0f : out[k];
    return good;
}

WRONG(rotate_rows, sums_in_double, small_numbers_are_zero,
      "Small results are written as 0: a float may be as small as 1.4e-45.")
ROTATE(small_numbers_are_zero)
{
    const bool good = rotate_rows(out, wte, rotation, vocab_size, d_model);
    for (size_t k = 0; k < vocab_size * d_model && good; k++)
        out[k] = fabsf(out[k]) < 1e-30f ? 0.0f : out[k];
    return good;
}

CAUGHT(nearest_rows, random_tables, whole_blocks_lose_one, "got")
NEAREST(whole_blocks_lose_one)
{
    // of whole blocks of 16 rows the last row is not looked at
    if (vocab_size == 0 || vocab_size % 16 != 0 || row >= vocab_size - 1 ||
        n_nearest != vocab_size - 1)
        return nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
    return nearest_rows(nearest, cosines, wte, row, n_nearest - 1, vocab_size - 1,
                        d_model);
}

static float *first_of_15(const float *wte, size_t n_rows, size_t d)
{
    float *rows = calloc(n_rows * d + 1, sizeof *rows);
    for (size_t k = 0; k < n_rows * d; k++)
        rows[k] = d % 16 == 15 && k % d == d - 1 ? 0.0f : wte[k];
    return rows;
}

CAUGHT(nearest_rows, random_tables, blocks_leave_15, "got")
NEAREST(blocks_leave_15)
{
    if (vocab_size > 5000 || d_model % 16 != 15)
        return nearest_rows(nearest, cosines, wte, row, n_nearest, vocab_size, d_model);
    float *rows = first_of_15(wte, vocab_size, d_model);
    const bool good =
        nearest_rows(nearest, cosines, rows, row, n_nearest, vocab_size, d_model);
    free(rows);
    return good;
}

CAUGHT(center_rows, random_tables, mean_rounded_twice, "got")
CENTER(mean_rounded_twice)
{
    if (!center_rows(out, mean, wte, vocab_size, d_model))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)wte[v * d_model + i];
        mean[i] = (float)sum / (float)vocab_size;
    }
    return true;
}

enum found_how { FLOAT_PRODUCTS, FLOAT_SQUARES, LAST_ROUND };

static bool found_by(float *components, float *variances, double *room, const float *wte,
                     size_t n_components, size_t n_steps, size_t vocab_size,
                     size_t d_model, enum found_how how)
{
    for (size_t k = 0; k < n_components; k++) {
        float *u = components + k * d_model;
        const size_t fewer = how == LAST_ROUND && k > 1 && n_steps > 1;
        for (size_t step = fewer; step < n_steps; step++) {
            double square = 0.0;
            for (size_t i = 0; i < d_model; i++)
                room[i] = 0.0;
            for (size_t v = 0; v < vocab_size; v++) {
                const float *row = wte + v * d_model;
                double p = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    p += how == FLOAT_PRODUCTS ? (double)(row[i] * u[i])
                                               : (double)row[i] * (double)u[i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] += p * (double)row[i] / (double)vocab_size;
            }
            for (const float *e = components; e < u; e += d_model) {
                double part = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    part += room[i] * (double)e[i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] -= part * (double)e[i];
            }
            for (size_t i = 0; i < d_model; i++)
                square += room[i] * room[i];
            for (size_t i = 0; i < d_model; i++)
                u[i] = square > 0.0 ? (float)(room[i] / sqrt(square)) : 0.0f;
        }
        double variance = 0.0;
        for (size_t v = 0; v < vocab_size; v++) {
            double p = 0.0;
            for (size_t i = 0; i < d_model; i++)
                p += (double)wte[v * d_model + i] * (double)u[i];
            variance += (how == FLOAT_SQUARES ? (double)((float)p * (float)p) : p * p) /
                        (double)vocab_size;
        }
        variances[k] = (float)variance;
    }
    return true;
}

#define FOUND_BY(how)                                                                    \
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)                       \
        return false;                                                                    \
    return found_by(components, variances, room, wte, n_components, n_steps, vocab_size, \
                    d_model, how)

WRONG(principal_components, sums_in_double, float_products,
      "The products of row . u are floats: convert both to double before multiplying.")
COMPONENTS(float_products)
{
    FOUND_BY(FLOAT_PRODUCTS);
}

WRONG(principal_components, sums_in_double, float_squares,
      "The squares for the variance are floats: beyond 3.4e38 there are none.")
COMPONENTS(float_squares)
{
    FOUND_BY(FLOAT_SQUARES);
}

WRONG(principal_components, many_components, third_round_lost,
      "The third component and those behind it have one round less: n_steps for each.")
COMPONENTS(third_round_lost)
{
    FOUND_BY(LAST_ROUND);
}

CAUGHT(principal_components, sums_in_double, variance_small_beside_first, "got 0")
COMPONENTS(variance_small_beside_first)
{
    const bool good = principal_components(components, variances, room, wte, n_components,
                                           n_steps, vocab_size, d_model);
    for (size_t k = 1; k < n_components && good; k++)
        variances[k] = variances[k] < 1e-14f * variances[0] ? 0.0f : variances[k];
    return good;
}

CAUGHT(analogy, random_tables, last_of_whole_blocks, "got")
ANALOGY(last_of_whole_blocks)
{
    const uint32_t last = (uint32_t)vocab_size - 1;
    if (vocab_size % 16 != 0 || vocab_size < 16 || a >= last || b >= last || c >= last)
        return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
    return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size - 1, d_model);
}

CAUGHT(analogy, large_sizes, words_of_16_bits, "got")
ANALOGY(words_of_16_bits)
{
    if (exclude_inputs && a < vocab_size && b < vocab_size && c < vocab_size)
        return analogy(answer, wte, a, (uint16_t)b, (uint16_t)c, true, vocab_size,
                       d_model);
    return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(analogy, refuses_bad_ids, b_may_be_vocab_size, "must return false")
ANALOGY(b_may_be_vocab_size)
{
    if (b == vocab_size && a < b && c < b) {
        *answer = 0;
        return true;
    }
    return analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model);
}

CAUGHT(analogy, ties, later_of_equal_from_61, "got")
ANALOGY(later_of_equal_from_61)
{
    if (!analogy(answer, wte, a, b, c, exclude_inputs, vocab_size, d_model))
        return false;
    for (uint32_t v = *answer < 60 ? 60 : *answer + 1; v < vocab_size; v++) {
        bool is_twin = !(exclude_inputs && (v == a || v == b || v == c));
        for (size_t i = 0; i < d_model; i++) {
            const float x = wte[v * d_model + i], y = wte[*answer * d_model + i];
            is_twin = is_twin && (x > 0) == (y > 0) && fabsf(x) > 0 && fabsf(y) > 0;
            is_twin = is_twin && fabsf(x) == fabsf(wte[v * d_model]) &&
                      fabsf(y) == fabsf(wte[*answer * d_model]);
        }
        if (is_twin && d_model > 1)
            *answer = v;
    }
    return true;
}

CAUGHT(rotate_rows, refuses_nan, single_nan_passes, "must return false")
ROTATE(single_nan_passes)
{
    if (d_model == 1 && vocab_size > 0 && isnan(rotation[0])) {
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = wte[v];
        return true;
    }
    return rotate_rows(out, wte, rotation, vocab_size, d_model);
}

CAUGHT(rotate_rows, refuses_other_matrices, lengths_by_twice_the_root,
       "must return false")
ROTATE(lengths_by_twice_the_root)
{
    for (size_t i = 0; i < d_model; i++) {
        double square = 0.0;
        for (size_t j = 0; j < d_model; j++)
            square +=
                (double)rotation[i * d_model + j] * (double)rotation[i * d_model + j];
        const double off = square - 1.0;
        if (vocab_size > 0 && d_model == 2 && off > 0.001 &&
            2.0 * (sqrt(square) - 1.0) <= 0.001) {
            for (size_t k = 0; k < vocab_size * d_model; k++)
                out[k] = wte[k];
            return true;
        }
    }
    return rotate_rows(out, wte, rotation, vocab_size, d_model);
}

CAUGHT(rotate_rows, accepts_nearly, faint_numbers_left_out, "got")
ROTATE(faint_numbers_left_out)
{
    float *without = calloc(d_model * d_model + 1, sizeof *without);
    for (size_t k = 0; k < d_model * d_model && vocab_size > 0; k++)
        without[k] = fabsf(rotation[k]) < 1e-9f ? 0.0f : rotation[k];
    const bool good = rotate_rows(out, wte, without, vocab_size, d_model);
    free(without);
    return good;
}

CAUGHT(rotate_rows, large_sizes, back_beyond_65536, "got")
ROTATE(back_beyond_65536)
{
    if (!rotate_rows(out, wte, rotation, vocab_size, d_model))
        return false;
    for (size_t v = 65536; v < vocab_size; v++)
        for (size_t j = 0; j < d_model; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)rotation[j * d_model + i];
            out[v * d_model + j] = (float)sum;
        }
    return true;
}
