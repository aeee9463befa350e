// Wrong answers to the exercises of chapter 9, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
// Many differ from a right one in a single place; `how` says in which.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------------- 9.1 context_gap

enum gap_mistake {
    WITHOUT_SIGN_BAR,
    SUMMED,
    EUCLID,
    MEAN,
    FIRST_LEFT_OUT,
    LAST_LEFT_OUT,
    FIRST_ONLY,
    SMALL_IS_ZERO,
    BEGINS_AT_A_TRIFLE,
    RELATIVE,
    WITHOUT_NAN,
    NAN_SPREADS,
    EQUAL_IS_EQUAL,
    NAN_IS_INFINITE,
    BUFFER,
    NO_POSITIONS_REFUSED,
    NO_NUMBERS_LEFT,
    N_GAP_RIGHT
};

static float gap_of(const float *a, const float *b, size_t d, enum gap_mistake how)
{
    float largest = how == BEGINS_AT_A_TRIFLE ? FLT_MIN : 0.0f;
    double sum = 0.0;
    for (size_t i = how == FIRST_LEFT_OUT; i + (how == LAST_LEFT_OUT) < d; i++) {
        float gap = how == WITHOUT_SIGN_BAR ? a[i] - b[i] : fabsf(a[i] - b[i]);
        if (how == SMALL_IS_ZERO && gap < 1e-6f)
            gap = 0.0f;
        if (how == RELATIVE && a[i] != b[i])
            gap /= fabsf(a[i]) > fabsf(b[i]) ? fabsf(a[i]) : fabsf(b[i]);
        if (how == EQUAL_IS_EQUAL && a[i] == b[i])
            continue;
        if (how == NAN_IS_INFINITE && isnan(gap))
            gap = INFINITY;
        if (how == BUFFER && i >= 4096)
            break;
        sum += how == EUCLID ? (double)gap * (double)gap : (double)gap;
        if (gap > largest || (how != WITHOUT_NAN && isnan(gap)))
            largest = gap;
        if (how == FIRST_ONLY)
            break;
    }
    return how == SUMMED   ? (float)sum
           : how == EUCLID ? (float)sqrt(sum)
           : how == MEAN   ? (float)(sum / (double)d)
                           : largest;
}

static bool gaps(float *gap, const float *a, const float *b, size_t n_tokens, size_t d,
                 enum gap_mistake how)
{
    if (how == NO_POSITIONS_REFUSED && n_tokens == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        if (how == NO_NUMBERS_LEFT && d == 0)
            return true;
        gap[t] = gap_of(a + t * d, b + t * d, d, how);
        if (how == NAN_SPREADS && t > 0 && isnan(gap[t - 1]))
            gap[t] = gap[t - 1];
    }
    return true;
}

#define GAP(name, how)                                                                   \
    bool name(float *gap, const float *a, const float *b, size_t n_tokens,               \
              size_t d_model)                                                            \
    {                                                                                    \
        return gaps(gap, a, b, n_tokens, d_model, how);                                  \
    }

WRONG(context_gap, worked_example, gap_summed,
      "The differences are added up: the gap is the largest of them.")
GAP(gap_summed, SUMMED)

WRONG(
    context_gap, worked_example, gap_without_bars,
    "The difference keeps its sign, so a number of b that is larger does not count: take "
    "the absolute value.")
GAP(gap_without_bars, WITHOUT_SIGN_BAR)

WRONG(context_gap, random_rows, gap_of_euclid,
      "This is the distance of the rows, the root of the summed squares: the gap is the "
      "largest single difference.")
GAP(gap_of_euclid, EUCLID)

WRONG(context_gap, random_rows, gap_mean,
      "This is the mean of the differences: the gap is the largest of them.")
GAP(gap_mean, MEAN)

WRONG(context_gap, random_rows, gap_of_first,
      "Only the first number of each row is compared.")
GAP(gap_of_first, FIRST_ONLY)

WRONG(context_gap, random_rows, gap_without_first,
      "The first number of each row is left out.")
GAP(gap_without_first, FIRST_LEFT_OUT)

WRONG(context_gap, random_rows, gap_without_last,
      "The last number of each row is left out.")
GAP(gap_without_last, LAST_LEFT_OUT)

WRONG(context_gap, random_rows, gap_relative,
      "The difference is divided by the size of the numbers: it is wanted as it is.")
GAP(gap_relative, RELATIVE)

WRONG(context_gap, random_rows, gap_of_columns,
      "Position t starts at number t * d_model of both arrays.")
bool gap_of_columns(float *gap, const float *a, const float *b, size_t n_tokens,
                    size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t i = 0; i < d_model; i++) {
            const float here = fabsf(a[i * n_tokens + t] - b[i * n_tokens + t]);
            if (here > gap[t] || isnan(here))
                gap[t] = here;
        }
    }
    return true;
}

WRONG(context_gap, random_rows, gap_not_begun_anew,
      "The largest difference is not begun anew at each position.")
bool gap_not_begun_anew(float *gap, const float *a, const float *b, size_t n_tokens,
                        size_t d_model)
{
    float largest = 0.0f;
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t i = 0; i < d_model; i++)
            largest = fmaxf(largest, fabsf(a[t * d_model + i] - b[t * d_model + i]));
        gap[t] = largest;
    }
    return true;
}

WRONG(context_gap, small_and_large, gap_with_tolerance,
      "A small difference is taken for 0: this instrument must not say 0 where something "
      "differs.")
GAP(gap_with_tolerance, SMALL_IS_ZERO)

WRONG(context_gap, random_rows, gap_from_a_trifle,
      "The largest begins above 0, so equal rows do not get the gap 0.")
GAP(gap_from_a_trifle, BEGINS_AT_A_TRIFLE)

WRONG(context_gap, keeps_nan, gap_without_nan,
      "A NaN gets lost: a comparison with it is always false.")
GAP(gap_without_nan, WITHOUT_NAN)

WRONG(context_gap, keeps_nan, gap_by_fmaxf,
      "A NaN gets lost: a comparison with it is always false.")
bool gap_by_fmaxf(float *gap, const float *a, const float *b, size_t n_tokens,
                  size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t i = 0; i < d_model; i++)
            gap[t] = fmaxf(gap[t], fabsf(a[t * d_model + i] - b[t * d_model + i]));
    }
    return true;
}

WRONG(context_gap, keeps_nan, gap_loses_nan_again,
      "A NaN gets lost: a comparison with it is always false.")
bool gap_loses_nan_again(float *gap, const float *a, const float *b, size_t n_tokens,
                         size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t i = 0; i < d_model; i++) {
            const float here = fabsf(a[t * d_model + i] - b[t * d_model + i]);
            if (!(here <= gap[t]))
                gap[t] = here;
        }
    }
    return true;
}

WRONG(context_gap, keeps_nan, gap_nan_spreads,
      "The NaN of one position reaches the positions after it: they keep their own gaps.")
GAP(gap_nan_spreads, NAN_SPREADS)

WRONG(context_gap, keeps_nan, gap_equal_infinities,
      "Infinity less infinity is not a number, and its gap is NaN.")
GAP(gap_equal_infinities, EQUAL_IS_EQUAL)

WRONG(context_gap, keeps_nan, gap_nan_as_infinity,
      "A NaN is wanted as NaN, not as infinity.")
GAP(gap_nan_as_infinity, NAN_IS_INFINITE)

WRONG(context_gap, large_sizes, gap_of_4096,
      "Only the first 4,096 numbers of a row are compared: there is no largest size.")
GAP(gap_of_4096, BUFFER)

WRONG(context_gap, keeps_nan, gap_of_equal_bits,
      "Rows of the same bits are taken for equal, also where they hold a NaN or an "
      "infinity.")
bool gap_of_equal_bits(float *gap, const float *a, const float *b, size_t n_tokens,
                       size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *a_t = a + t * d_model, *b_t = b + t * d_model;
        gap[t] = d_model == 0 || memcmp(a_t, b_t, d_model * sizeof *a_t) == 0
                     ? 0.0f
                     : gap_of(a_t, b_t, d_model, N_GAP_RIGHT);
    }
    return true;
}

WRONG(context_gap, large_sizes, gap_in_16_bits,
      "Positions are counted in 16 bits: there is no largest size.")
bool gap_in_16_bits(float *gap, const float *a, const float *b, size_t n_tokens,
                    size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const uint16_t at = (uint16_t)t;
        gap[t] = gap_of(a + at * d_model, b + at * d_model, d_model, N_GAP_RIGHT);
    }
    return true;
}

CAUGHT(context_gap, nothing_to_compare, gap_refuses_none, "must return true")
GAP(gap_refuses_none, NO_POSITIONS_REFUSED)

CAUGHT(context_gap, nothing_to_compare, gap_left_unwritten, "was never written")
GAP(gap_left_unwritten, NO_NUMBERS_LEFT)

CAUGHT(context_gap, stays_in_bounds, gap_one_more, "past the end")
bool gap_one_more(float *gap, const float *a, const float *b, size_t n_tokens,
                  size_t d_model)
{
    volatile float unused = a[n_tokens * d_model] - b[n_tokens * d_model];
    (void)unused;
    return gaps(gap, a, b, n_tokens, d_model, N_GAP_RIGHT);
}

WRONG(context_gap, keeps_nan, gap_stops_at_infinity,
      "The search ends at an infinite difference: a NaN may stand behind it.")
bool gap_stops_at_infinity(float *gap, const float *a, const float *b, size_t n_tokens,
                           size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t i = 0; i < d_model && !isinf(gap[t]); i++) {
            const float difference = fabsf(a[t * d_model + i] - b[t * d_model + i]);
            if (difference > gap[t] || isnan(difference))
                gap[t] = difference;
        }
    }
    return true;
}

CAUGHT(context_gap, keeps_nan, gap_of_one_array, "got 0")
bool gap_of_one_array(float *gap, const float *a, const float *b, size_t n_tokens,
                      size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        gap[t] = 0.0f;
    return a == b || context_gap(gap, a, b, n_tokens, d_model);
}

// ----------------------------------------------------------------------- 9.2 layer_norm

enum norm_mistake {
    RIGHT_NORM,
    LESS_ONE,
    NO_EPSILON,
    EPSILON_OUTSIDE,
    EPSILON_OF_SQUARES,
    SMALLER_EPSILON,
    NOT_CENTRED,
    NO_ROOT,
    NO_GAIN,
    NO_BIAS,
    BIAS_FIRST,
    SHORTCUT,
    FLOAT_SHORTCUT,
    FLOAT_MEAN,
    FLOAT_SUMS,
    EQUAL_IS_NOTHING,
    NAN_IS_ZERO,
    SHORT_ROWS,
    ROOT_MEAN_SQUARE,
    NO_TOKENS_REFUSED
};

static void norm_row(float *out, const float *x, const float *gain, const float *bias,
                     size_t d, enum norm_mistake how)
{
    double mean = 0.0, variance = 0.0, squares = 0.0;
    float float_mean = 0.0f;
    const size_t n = how == SHORT_ROWS && d > 1024 ? 1024 : d;
    for (size_t i = 0; i < n; i++) {
        mean += (double)x[i];
        float_mean += x[i];
        squares += (double)x[i] * (double)x[i];
    }
    mean /= (double)n;
    if (how == FLOAT_MEAN)
        mean = (double)(float)mean;
    if (how == FLOAT_SUMS)
        mean = (double)(float_mean / (float)d);
    if (how == ROOT_MEAN_SQUARE)
        mean = 0.0;
    for (size_t i = 0; i < n; i++)
        variance += ((double)x[i] - mean) * ((double)x[i] - mean);
    variance /= how == LESS_ONE && d > 1 ? (double)(d - 1) : (double)n;
    if (how == SHORTCUT)
        variance = squares / (double)d - mean * mean;
    if (how == FLOAT_SHORTCUT)
        variance = (double)((float)(squares / (double)d) - (float)mean * (float)mean);
    const double epsilon = how == NO_EPSILON ? 0.0 : how == SMALLER_EPSILON ? 1e-6 : 1e-5;
    double rate = 1.0 / sqrt(variance + epsilon);
    if (how == EPSILON_OUTSIDE)
        rate = 1.0 / (sqrt(variance) + 1e-5);
    if (how == EPSILON_OF_SQUARES)
        rate = 1.0 / sqrt(variance + 1e-10);
    if (how == NO_ROOT)
        rate = 1.0 / (variance + 1e-5);
    for (size_t i = 0; i < d; i++) {
        const double hat = ((double)x[i] - (how == NOT_CENTRED ? 0.0 : mean)) * rate;
        const double g = how == NO_GAIN ? 1.0 : (double)gain[i];
        const double b = how == NO_BIAS ? 0.0 : (double)bias[i];
        out[i] = (float)(how == BIAS_FIRST ? g * (hat + b) : g * hat + b);
        if (how == EQUAL_IS_NOTHING && variance == 0.0)
            out[i] = 0.0f;
        if (how == NAN_IS_ZERO && isnan(out[i]))
            out[i] = 0.0f;
    }
}

static bool norms(float *out, const float *x, const float *gain, const float *bias,
                  size_t n_tokens, size_t d, enum norm_mistake how)
{
    if (how == NO_TOKENS_REFUSED && n_tokens * d == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        norm_row(out + t * d, x + t * d, gain, bias, d, how);
    return true;
}

#define NORM(name, how)                                                                  \
    bool name(float *out, const float *x, const float *gain, const float *bias,          \
              size_t n_tokens, size_t d_model)                                           \
    {                                                                                    \
        return norms(out, x, gain, bias, n_tokens, d_model, how);                        \
    }

WRONG(layer_norm, worked_example, norm_less_one,
      "The squares are divided by d - 1, or by the number of positions: divide by d, "
      "this is "
      "a mean and no estimate.")
NORM(norm_less_one, LESS_ONE)

WRONG(layer_norm, worked_example, norm_mean_by_tokens,
      "The sum of a row is divided by n_tokens: a row has d_model numbers.")
bool norm_mean_by_tokens(float *out, const float *x, const float *gain, const float *bias,
                         size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *row = x + t * d_model;
        double mean = 0.0, variance = 0.0;
        for (size_t i = 0; i < d_model; i++)
            mean += (double)row[i] / (double)n_tokens;
        for (size_t i = 0; i < d_model; i++)
            variance += ((double)row[i] - mean) * ((double)row[i] - mean);
        const double rate = 1.0 / sqrt(variance / (double)d_model + 1e-5);
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                (float)((double)gain[i] * ((double)row[i] - mean) * rate +
                        (double)bias[i]);
    }
    return true;
}

WRONG(layer_norm, worked_example, norm_without_gain, "The gain is missing.")
NORM(norm_without_gain, NO_GAIN)

WRONG(layer_norm, worked_example, norm_without_bias,
      "The bias is missing, or another number's: number i gets gain[i] and bias[i].")
NORM(norm_without_bias, NO_BIAS)

WRONG(layer_norm, worked_example, norm_bias_first,
      "The bias is added before the gain is multiplied: first the gain, then the bias.")
NORM(norm_bias_first, BIAS_FIRST)

WRONG(layer_norm, worked_example, norm_not_centred,
      "The mean is not taken off the numbers.")
NORM(norm_not_centred, NOT_CENTRED)

WRONG(layer_norm, random_rows, norm_without_root,
      "The divisor is not sqrt(variance + 1e-5): the root is missing, or the 1e-5 stands "
      "outside of it.")
NORM(norm_without_root, NO_ROOT)

WRONG(layer_norm, random_rows, norm_root_mean_square,
      "This is the norm without a mean (RMS norm): take the mean off first.")
NORM(norm_root_mean_square, ROOT_MEAN_SQUARE)

WRONG(layer_norm, random_rows, norm_of_columns,
      "The mean is taken over the positions: each row is normalised by itself.")
bool norm_of_columns(float *out, const float *x, const float *gain, const float *bias,
                     size_t n_tokens, size_t d_model)
{
    for (size_t i = 0; i < d_model; i++) {
        double mean = 0.0, variance = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            mean += (double)x[t * d_model + i] / (double)n_tokens;
        for (size_t t = 0; t < n_tokens; t++)
            variance += pow((double)x[t * d_model + i] - mean, 2) / (double)n_tokens;
        for (size_t t = 0; t < n_tokens; t++)
            out[t * d_model + i] =
                (float)((double)gain[i] * ((double)x[t * d_model + i] - mean) /
                            sqrt(variance + 1e-5) +
                        (double)bias[i]);
    }
    return true;
}

WRONG(
    layer_norm, rows_by_themselves, norm_of_all,
    "Mean and spread are taken over all rows together: each row is normalised by itself.")
bool norm_of_all(float *out, const float *x, const float *gain, const float *bias,
                 size_t n_tokens, size_t d_model)
{
    const size_t n = n_tokens * d_model;
    double mean = 0.0, variance = 0.0;
    for (size_t k = 0; k < n; k++)
        mean += (double)x[k] / (double)n;
    for (size_t k = 0; k < n; k++)
        variance += ((double)x[k] - mean) * ((double)x[k] - mean) / (double)n;
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)gain[k % d_model] * ((double)x[k] - mean) /
                             sqrt(variance + 1e-5) +
                         (double)bias[k % d_model]);
    return true;
}

WRONG(layer_norm, rows_by_themselves, norm_hides_nan,
      "A row that is not a number is written as zeros.")
NORM(norm_hides_nan, NAN_IS_ZERO)

WRONG(layer_norm, random_rows, norm_by_rows_of_gain,
      "The bias is missing, or another number's: number i gets gain[i] and bias[i].")
bool norm_by_rows_of_gain(float *out, const float *x, const float *gain,
                          const float *bias, size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t at = d_model == 0 ? 0 : t % d_model;
        float *row = out + t * d_model;
        double mean = 0.0, variance = 0.0;
        for (size_t i = 0; i < d_model; i++)
            mean += (double)x[t * d_model + i] / (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            variance += pow((double)x[t * d_model + i] - mean, 2) / (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            row[i] = (float)((double)gain[at] * ((double)x[t * d_model + i] - mean) /
                                 sqrt(variance + 1e-5) +
                             (double)bias[at]);
    }
    return true;
}

WRONG(layer_norm, far_from_zero, norm_by_shortcut,
      "The mean of the squares less the square of the mean: far from 0 little is left of "
      "that. Go through the row a second time.")
NORM(norm_by_shortcut, SHORTCUT)

WRONG(layer_norm, far_from_zero, norm_by_float_shortcut,
      "The mean of the squares less the square of the mean: far from 0 little is left of "
      "that. Go through the row a second time.")
NORM(norm_by_float_shortcut, FLOAT_SHORTCUT)

WRONG(layer_norm, far_from_zero, norm_float_mean,
      "The mean is kept as a float: both sums are wanted in double.")
NORM(norm_float_mean, FLOAT_MEAN)

WRONG(layer_norm, far_from_zero, norm_float_sums,
      "The row is added up in float: both sums are wanted in double.")
NORM(norm_float_sums, FLOAT_SUMS)

WRONG(layer_norm, small_and_large, norm_without_epsilon,
      "The 1e-5 under the root is missing, or is another number.")
NORM(norm_without_epsilon, NO_EPSILON)

WRONG(layer_norm, small_and_large, norm_smaller_epsilon,
      "The 1e-5 under the root is missing, or is another number.")
NORM(norm_smaller_epsilon, SMALLER_EPSILON)

WRONG(layer_norm, small_and_large, norm_epsilon_squared,
      "The 1e-5 under the root is missing, or is another number.")
NORM(norm_epsilon_squared, EPSILON_OF_SQUARES)

WRONG(layer_norm, small_and_large, norm_epsilon_outside,
      "The divisor is not sqrt(variance + 1e-5): the root is missing, or the 1e-5 stands "
      "outside of it.")
NORM(norm_epsilon_outside, EPSILON_OUTSIDE)

WRONG(layer_norm, equal_numbers, norm_of_equals_zero,
      "A row of equal numbers becomes the bias, not zeros.")
NORM(norm_of_equals_zero, EQUAL_IS_NOTHING)

WRONG(layer_norm, large_sizes, norm_of_1024,
      "Only the first 1,024 numbers of a row are added up: there is no largest size.")
NORM(norm_of_1024, SHORT_ROWS)

CAUGHT(layer_norm, nothing_to_do, norm_refuses_none, "must return true")
NORM(norm_refuses_none, NO_TOKENS_REFUSED)

CAUGHT(layer_norm, stays_in_bounds, norm_one_more, "past the end")
bool norm_one_more(float *out, const float *x, const float *gain, const float *bias,
                   size_t n_tokens, size_t d_model)
{
    norms(out, x, gain, bias, n_tokens, d_model, RIGHT_NORM);
    out[n_tokens * d_model] = 0.0f;
    return true;
}

CAUGHT(layer_norm, random_rows, norm_remembers_the_mean,
       "keeps something from call to call")
bool norm_remembers_the_mean(float *out, const float *x, const float *gain,
                             const float *bias, size_t n_tokens, size_t d_model)
{
    static float kept[64];
    static const float *seen;
    if (seen == x && d_model <= 64 && n_tokens > 0) {
        norms(out, x, kept, bias, n_tokens, d_model, RIGHT_NORM);
        return true;
    }
    seen = x;
    if (d_model <= 64)
        memcpy(kept, gain, d_model * sizeof *kept);
    return norms(out, x, gain, bias, n_tokens, d_model, RIGHT_NORM);
}

CAUGHT(layer_norm, random_rows, norm_skips_zero_gain, "got 0")
bool norm_skips_zero_gain(float *out, const float *x, const float *gain,
                          const float *bias, size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        if (gain[k % d_model] == 0.0f)
            out[k] = 0.0f;
    return true;
}

// --------------------------------------------------------------------- 9.3 residual_mlp

enum mlp_mistake {
    RIGHT_MLP,
    READS_X,
    STARTS_FROM_NORMED,
    STARTS_FROM_NOTHING,
    NEVER_SILENT,
    LOUD_WHEN_NEGATIVE,
    A_LITTLE_LEAKY,
    ROUNDED_CORNER,
    HANDS_OUT_UNCUT,
    SMALL_IS_SILENT,
    SUBNORMAL_IS_SILENT,
    UP_TURNED,
    DOWN_TURNED,
    DOWN_FOR_UP,
    STREAM_CUT,
    SETS_THE_STREAM,
    FIRST_4096,
    LAST_ONE_MISSING,
    STREAM_TWICE,
    NAN_TO_ALL,
    NO_NEURONS_REFUSED,
    OUT_LEFT_WITHOUT_NEURONS
};

static float spoken(float heard, enum mlp_mistake how)
{
    switch (how) {
    case NEVER_SILENT:
        return heard;
    case LOUD_WHEN_NEGATIVE:
        return fabsf(heard);
    case A_LITTLE_LEAKY:
        return heard > 0.0f ? heard : 0.01f * heard;
    case ROUNDED_CORNER:
        return (float)(0.5 * heard *
                       (1.0 + tanh(0.7978845608 * (heard + 0.044715 * pow(heard, 3)))));
    case SMALL_IS_SILENT:
        return heard > 1e-6f ? heard : 0.0f;
    case SUBNORMAL_IS_SILENT:
        return heard >= FLT_MIN ? heard : 0.0f;
    default:
        return heard > 0.0f ? heard : 0.0f;
    }
}

static bool neurons(float *out, float *hidden, const float *x, const float *normed,
                    const float *w_up, const float *w_down, size_t n_tokens, size_t d,
                    size_t n, enum mlp_mistake how)
{
    if (how == NO_NEURONS_REFUSED && n_tokens * d * n == 0)
        return false;
    if (how == OUT_LEFT_WITHOUT_NEURONS && n == 0)
        return true;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *reads = how == READS_X ? x + t * d : normed + t * d;
        for (size_t i = 0; i < d; i++)
            out[t * d + i] = how == STARTS_FROM_NORMED    ? normed[t * d + i]
                             : how == STARTS_FROM_NOTHING ? 0.0f
                             : how == STREAM_TWICE        ? 2.0f * x[t * d + i]
                                                          : x[t * d + i];
        const size_t most = how == FIRST_4096 && n > 4096      ? 4096
                            : how == LAST_ONE_MISSING && n > 0 ? n - 1
                                                               : n;
        for (size_t j = most; j < n; j++)
            hidden[t * n + j] = 0.0f;
        for (size_t j = 0; j < most; j++) {
            float heard = 0.0f;
            for (size_t i = 0; i < d; i++)
                heard += reads[i] * (how == UP_TURNED     ? w_up[i * n + j]
                                     : how == DOWN_FOR_UP ? w_down[j * d + i]
                                                          : w_up[j * d + i]);
            const float said = spoken(heard, how);
            hidden[t * n + j] = how == HANDS_OUT_UNCUT ? heard : said;
            for (size_t i = 0; i < d; i++) {
                const float written =
                    said * (how == DOWN_TURNED ? w_down[i * n + j] : w_down[j * d + i]);
                if (how == SETS_THE_STREAM)
                    out[t * d + i] = x[t * d + i] + written;
                else
                    out[t * d + i] += written;
            }
        }
        for (size_t i = 0; i < d && how == STREAM_CUT; i++)
            out[t * d + i] = out[t * d + i] > 0.0f ? out[t * d + i] : 0.0f;
        for (size_t i = 0; i < d && how == NAN_TO_ALL && t > 0; i++)
            if (isnan(out[(t - 1) * d]))
                out[t * d + i] = NAN;
    }
    return true;
}

#define MLP(name, how)                                                                   \
    bool name(float *out, float *hidden, const float *x, const float *normed,            \
              const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,   \
              size_t d_hidden)                                                           \
    {                                                                                    \
        return neurons(out, hidden, x, normed, w_up, w_down, n_tokens, d_model,          \
                       d_hidden, how);                                                   \
    }

WRONG(residual_mlp, worked_example, mlp_reads_x,
      "The neurons read x: they listen to the normed row.")
MLP(mlp_reads_x, READS_X)

WRONG(residual_mlp, worked_example, mlp_starts_from_normed,
      "The neurons add to the normed row: they add to the stream, x.")
MLP(mlp_starts_from_normed, STARTS_FROM_NORMED)

WRONG(residual_mlp, worked_example, mlp_without_stream,
      "The stream is missing: the output is x plus what the neurons write.")
MLP(mlp_without_stream, STARTS_FROM_NOTHING)

WRONG(
    residual_mlp, worked_example, mlp_never_silent,
    "A negative dot product is passed on: such a neuron is silent, and its hidden is 0.")
MLP(mlp_never_silent, NEVER_SILENT)

WRONG(residual_mlp, worked_example, mlp_hands_out_uncut,
      "hidden is handed out before it is cut at 0.")
MLP(mlp_hands_out_uncut, HANDS_OUT_UNCUT)

WRONG(residual_mlp, random_shapes, mlp_loud_when_negative,
      "A neuron with a negative dot product is silent, it does not speak as loud as one "
      "with "
      "a positive one.")
MLP(mlp_loud_when_negative, LOUD_WHEN_NEGATIVE)

WRONG(residual_mlp, random_shapes, mlp_leaky,
      "A silent neuron lets a hundredth through: 0 is wanted.")
MLP(mlp_leaky, A_LITTLE_LEAKY)

WRONG(residual_mlp, random_shapes, mlp_gelu,
      "This is GPT-2's rounded corner (GELU): here the corner is sharp.")
MLP(mlp_gelu, ROUNDED_CORNER)

WRONG(residual_mlp, random_shapes, mlp_up_turned,
      "w_up is read as [d_model][d_hidden]: row j of it belongs to neuron j.")
MLP(mlp_up_turned, UP_TURNED)

WRONG(residual_mlp, random_shapes, mlp_down_turned,
      "w_down is read as [d_model][d_hidden]: row j of it belongs to neuron j.")
MLP(mlp_down_turned, DOWN_TURNED)

WRONG(residual_mlp, random_shapes, mlp_down_for_up,
      "The neurons listen for the rows that they write: they listen for w_up.")
MLP(mlp_down_for_up, DOWN_FOR_UP)

WRONG(residual_mlp, random_shapes, mlp_cuts_the_stream,
      "The output is cut at 0 too: only what the neurons hear is.")
MLP(mlp_cuts_the_stream, STREAM_CUT)

WRONG(residual_mlp, random_shapes, mlp_sets,
      "Each neuron overwrites what the one before it wrote: add it up.")
MLP(mlp_sets, SETS_THE_STREAM)

WRONG(residual_mlp, random_shapes, mlp_without_last, "The last neuron is left out.")
MLP(mlp_without_last, LAST_ONE_MISSING)

WRONG(residual_mlp, random_shapes, mlp_stream_twice, "The stream is added twice.")
MLP(mlp_stream_twice, STREAM_TWICE)

WRONG(residual_mlp, small_and_large, mlp_small_is_silent,
      "A neuron that heard little is taken for silent: every number above 0 counts.")
MLP(mlp_small_is_silent, SMALL_IS_SILENT)

WRONG(residual_mlp, small_and_large, mlp_subnormal_is_silent,
      "A neuron that heard little is taken for silent: every number above 0 counts.")
MLP(mlp_subnormal_is_silent, SUBNORMAL_IS_SILENT)

WRONG(residual_mlp, rows_by_themselves, mlp_nan_to_all,
      "A NaN of one position reaches the next ones: no row depends on another.")
MLP(mlp_nan_to_all, NAN_TO_ALL)

WRONG(residual_mlp, large_sizes, mlp_of_4096,
      "Only the first 4,096 neurons speak: there is no largest size.")
MLP(mlp_of_4096, FIRST_4096)

CAUGHT(residual_mlp, nothing_to_do, mlp_refuses_none, "must return true")
MLP(mlp_refuses_none, NO_NEURONS_REFUSED)

CAUGHT(residual_mlp, nothing_to_do, mlp_left_unwritten, "was never written")
MLP(mlp_left_unwritten, OUT_LEFT_WITHOUT_NEURONS)

CAUGHT(residual_mlp, stays_in_bounds, mlp_one_more, "past the end")
bool mlp_one_more(float *out, float *hidden, const float *x, const float *normed,
                  const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,
                  size_t d_hidden)
{
    neurons(out, hidden, x, normed, w_up, w_down, n_tokens, d_model, d_hidden, RIGHT_MLP);
    hidden[n_tokens * d_hidden] = 0.0f;
    return true;
}

CAUGHT(residual_mlp, nothing_to_do, mlp_silent_without_numbers, "was never written")
bool mlp_silent_without_numbers(float *out, float *hidden, const float *x,
                                const float *normed, const float *w_up,
                                const float *w_down, size_t n_tokens, size_t d_model,
                                size_t d_hidden)
{
    return d_model == 0 || residual_mlp(out, hidden, x, normed, w_up, w_down, n_tokens,
                                        d_model, d_hidden);
}

CAUGHT(residual_mlp, large_sizes, mlp_of_8192, "got")
bool mlp_of_8192(float *out, float *hidden, const float *x, const float *normed,
                 const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,
                 size_t d_hidden)
{
    return residual_mlp(out, hidden, x, normed, w_up, w_down, n_tokens, d_model,
                        d_hidden < 8192 ? d_hidden : 8192);
}

// ------------------------------------------------------------ 9.4 residual_mlp_backward

enum back_mistake {
    RIGHT_BACK,
    DX_MISSING,
    DX_SET,
    DX_FOR_EACH_NEURON,
    DX_ONLY_WHERE_SPOKEN,
    DNORMED_SET,
    DNORMED_INTO_DX,
    UP_SET,
    DOWN_SET,
    SILENT_HAVE_SLOPES,
    SPEAKS_AT_ZERO,
    WEIGHED_BY_HIDDEN,
    NORMED_WEIGHED_BY_HIDDEN,
    SLOPE_FROM_UP,
    NORMED_FROM_DOWN,
    UP_GETS_DOUT,
    DOWN_GETS_NORMED,
    DOWN_WITHOUT_HIDDEN,
    DOWN_GETS_SLOPE,
    UP_SHARED_OUT,
    HEARD_AGAIN,
    SMALL_SAID_NOTHING,
    SMALL_SLOPES_SKIPPED,
    DOWN_IS_TURNED,
    FIRST_NEURONS,
    BACK_REFUSES_NONE
};

static bool speaks(float said, const float *normed, const float *w_up, size_t d,
                   enum back_mistake how)
{
    float heard = 0.0f;
    for (size_t i = 0; i < d; i++)
        heard += normed[i] * w_up[i];
    return how == SILENT_HAVE_SLOPES   ? true
           : how == SPEAKS_AT_ZERO     ? said >= 0.0f
           : how == HEARD_AGAIN        ? heard > 0.0f
           : how == SMALL_SAID_NOTHING ? said > 1e-6f
                                       : said > 0.0f;
}

static bool back(float *dx, float *dnormed, float *dw_up, float *dw_down,
                 const float *dout, const float *hidden, const float *normed,
                 const float *w_up, const float *w_down, size_t n_tokens, size_t d,
                 size_t n, enum back_mistake how)
{
    if (how == BACK_REFUSES_NONE && n_tokens * d == 0)
        return false;
    if (how == DX_ONLY_WHERE_SPOKEN && n == 0)
        return true;
    for (size_t k = 0; k < n_tokens * d; k++) {
        if (how == DX_SET)
            dx[k] = dout[k];
        else if (how != DX_MISSING && how != DX_FOR_EACH_NEURON)
            dx[k] += dout[k];
        if (how == DNORMED_SET)
            dnormed[k] = 0.0f;
    }
    for (size_t k = 0; k < n * d; k++) {
        if (how == UP_SET)
            dw_up[k] = 0.0f;
        if (how == DOWN_SET)
            dw_down[k] = 0.0f;
    }
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < n && (how != FIRST_NEURONS || j < 4096); j++) {
            const float said = hidden[t * n + j];
            const float *dout_t = dout + t * d, *normed_t = normed + t * d;
            float slope = 0.0f;
            for (size_t i = 0; i < d; i++)
                slope += dout_t[i] * (how == SLOPE_FROM_UP    ? w_up[j * d + i]
                                      : how == DOWN_IS_TURNED ? w_down[i * n + j]
                                                              : w_down[j * d + i]);
            if (how == WEIGHED_BY_HIDDEN)
                slope *= said;
            if (how == UP_SHARED_OUT)
                slope /= (float)n_tokens;
            if (!speaks(said, normed_t, w_up + j * d, d, how) ||
                (how == SMALL_SLOPES_SKIPPED && fabsf(slope) < 1e-9f))
                slope = 0.0f;
            for (size_t i = 0; i < d; i++) {
                const size_t here = j * d + i;
                float *to = how == DNORMED_INTO_DX ? dx + t * d : dnormed + t * d;
                to[i] += slope * (how == NORMED_WEIGHED_BY_HIDDEN ? said : 1.0f) *
                         (how == NORMED_FROM_DOWN ? w_down[here] : w_up[here]);
                dw_up[here] += slope * (how == UP_GETS_DOUT ? dout_t[i] : normed_t[i]);
                dw_down[here] += (how == DOWN_WITHOUT_HIDDEN ? (float)(said > 0.0f)
                                  : how == DOWN_GETS_SLOPE   ? slope
                                  : how == SMALL_SAID_NOTHING && !(said > 1e-6f) ? 0.0f
                                                                                 : said) *
                                 (how == DOWN_GETS_NORMED ? normed_t[i] : dout_t[i]);
                if (how == DX_FOR_EACH_NEURON)
                    dx[t * d + i] += dout_t[i];
            }
        }
    return true;
}

#define BACK(name, how)                                                                  \
    bool name(float *dx, float *dnormed, float *dw_up, float *dw_down,                   \
              const float *dout, const float *hidden, const float *normed,               \
              const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,   \
              size_t d_hidden)                                                           \
    {                                                                                    \
        return back(dx, dnormed, dw_up, dw_down, dout, hidden, normed, w_up, w_down,     \
                    n_tokens, d_model, d_hidden, how);                                   \
    }

WRONG(residual_mlp_backward, worked_example, back_without_dx,
      "dx gets nothing: the stream passes all of dout straight down.")
BACK(back_without_dx, DX_MISSING)

WRONG(residual_mlp_backward, random_shapes, back_sets_dx,
      "dx is set: every output is added to.")
BACK(back_sets_dx, DX_SET)

WRONG(residual_mlp_backward, random_shapes, back_sets_dnormed,
      "dnormed begins at 0: every output is added to.")
BACK(back_sets_dnormed, DNORMED_SET)

WRONG(residual_mlp_backward, random_shapes, back_sets_dw_up,
      "dw_up begins at 0: every output is added to.")
BACK(back_sets_dw_up, UP_SET)

WRONG(residual_mlp_backward, random_shapes, back_sets_dw_down,
      "dw_down begins at 0: every output is added to.")
BACK(back_sets_dw_down, DOWN_SET)

WRONG(residual_mlp_backward, worked_example, back_dx_for_each_neuron,
      "dx gets dout once for each neuron: once is enough, outside the loop over the "
      "neurons.")
BACK(back_dx_for_each_neuron, DX_FOR_EACH_NEURON)

WRONG(residual_mlp_backward, worked_example, back_into_dx,
      "What came through the neurons goes to dx: it belongs to dnormed.")
BACK(back_into_dx, DNORMED_INTO_DX)

WRONG(residual_mlp_backward, worked_example, back_through_silence,
      "A silent neuron passes its slope on: where hidden is 0 nothing passes.")
BACK(back_through_silence, SILENT_HAVE_SLOPES)

WRONG(residual_mlp_backward, silent_neurons, back_speaks_at_zero,
      "A silent neuron passes its slope on: where hidden is 0 nothing passes.")
BACK(back_speaks_at_zero, SPEAKS_AT_ZERO)

WRONG(residual_mlp_backward, random_shapes, back_weighed_by_hidden,
      "The slope of a neuron is dout times its row of w_down, as it is: w_up and hidden "
      "have no part in it.")
BACK(back_weighed_by_hidden, WEIGHED_BY_HIDDEN)

WRONG(residual_mlp_backward, random_shapes, back_normed_weighed_by_hidden,
      "What goes to dnormed is multiplied by hidden: it is the slope times the row of "
      "w_up.")
BACK(back_normed_weighed_by_hidden, NORMED_WEIGHED_BY_HIDDEN)

WRONG(residual_mlp_backward, random_shapes, back_slope_from_up,
      "The slope of a neuron is dout times its row of w_down, as it is: w_up and hidden "
      "have no part in it.")
BACK(back_slope_from_up, SLOPE_FROM_UP)

WRONG(residual_mlp_backward, random_shapes, back_down_turned,
      "w_down is read as [d_model][d_hidden]: row j of it belongs to neuron j.")
BACK(back_down_turned, DOWN_IS_TURNED)

WRONG(residual_mlp_backward, random_shapes, back_normed_from_down,
      "dnormed gets the slope times what the neuron listens for, its row of w_up.")
BACK(back_normed_from_down, NORMED_FROM_DOWN)

WRONG(residual_mlp_backward, random_shapes, back_up_gets_dout,
      "dw_up gets the slope times what was heard, the normed row.")
BACK(back_up_gets_dout, UP_GETS_DOUT)

WRONG(residual_mlp_backward, random_shapes, back_down_gets_normed,
      "dw_down gets hidden times dout.")
BACK(back_down_gets_normed, DOWN_GETS_NORMED)

WRONG(residual_mlp_backward, random_shapes, back_down_without_hidden,
      "dw_down gets dout as often as the neuron said: multiply by hidden.")
BACK(back_down_without_hidden, DOWN_WITHOUT_HIDDEN)

WRONG(residual_mlp_backward, random_shapes, back_down_gets_slope,
      "dw_down gets the slope times dout: it gets what the neuron said, hidden, times "
      "dout.")
BACK(back_down_gets_slope, DOWN_GETS_SLOPE)

WRONG(residual_mlp_backward, random_shapes, back_shared_out,
      "The slopes are divided by the number of positions: dout has been already.")
BACK(back_shared_out, UP_SHARED_OUT)

WRONG(residual_mlp_backward, silent_neurons, back_hears_again,
      "Whether a neuron spoke is computed anew: hidden says it.")
BACK(back_hears_again, HEARD_AGAIN)

WRONG(residual_mlp_backward, small_and_large, back_small_said_nothing,
      "A neuron that said little is taken for silent: every number above 0 counts.")
BACK(back_small_said_nothing, SMALL_SAID_NOTHING)

WRONG(residual_mlp_backward, small_and_large, back_small_slopes_skipped,
      "A small slope is left out as if it were 0: small numbers count too.")
BACK(back_small_slopes_skipped, SMALL_SLOPES_SKIPPED)

WRONG(residual_mlp_backward, large_sizes, back_of_4096,
      "Only the first 4,096 neurons get a share: there is no largest size.")
BACK(back_of_4096, FIRST_NEURONS)

CAUGHT(residual_mlp_backward, nothing_to_do, back_refuses_none, "must return true")
BACK(back_refuses_none, BACK_REFUSES_NONE)

WRONG(residual_mlp_backward, nothing_to_do, back_needs_neurons,
      "Without neurons dx gets dout all the same.")
BACK(back_needs_neurons, DX_ONLY_WHERE_SPOKEN)

CAUGHT(residual_mlp_backward, stays_in_bounds, back_one_more, "past the end")
bool back_one_more(float *dx, float *dnormed, float *dw_up, float *dw_down,
                   const float *dout, const float *hidden, const float *normed,
                   const float *w_up, const float *w_down, size_t n_tokens,
                   size_t d_model, size_t d_hidden)
{
    volatile float unused = hidden[n_tokens * d_hidden];
    (void)unused;
    return back(dx, dnormed, dw_up, dw_down, dout, hidden, normed, w_up, w_down, n_tokens,
                d_model, d_hidden, RIGHT_BACK);
}

// ----------------------------------------------------------------- 9.5 nearest_centroid

enum probe_mistake {
    RIGHT_PROBE,
    DIVIDED_BY_ALL,
    NOT_DIVIDED,
    FIRST_ROW_STANDS,
    FLOAT_CENTROIDS,
    FARTHEST,
    SUM_OF_STEPS,
    LARGEST_PRODUCT,
    BY_COSINE,
    LATER_OF_EQUALS,
    FLOAT_DISTANCES,
    LABELS_UNCHECKED,
    FIRST_LABELS_CHECKED,
    LABEL_MAY_BE_N,
    SIGNED_LABELS,
    EMPTY_IS_ZERO,
    EMPTY_FOUND_LATE,
    LAST_CLASS_UNCHECKED,
    NO_CLASSES_FINE,
    NOTHING_REFUSED,
    NO_NUMBERS_REFUSED,
    NEAR_ONLY,
    NEAR_OR_CLASS_0,
    FIRST_1024_TRIED
};

static bool labels_are_good(const uint32_t *labels, size_t n_fitted, size_t n_classes,
                            enum probe_mistake how)
{
    for (size_t n = 0; n < n_fitted; n++) {
        if (how == FIRST_LABELS_CHECKED && n >= n_classes)
            break;
        if (how == LABEL_MAY_BE_N  ? labels[n] > n_classes
            : how == SIGNED_LABELS ? (int32_t)labels[n] >= (int32_t)n_classes
                                   : labels[n] >= n_classes)
            return how == LABELS_UNCHECKED;
    }
    return true;
}

static size_t rows_of(const uint32_t *labels, size_t n_fitted, size_t c)
{
    size_t count = 0;
    for (size_t n = 0; n < n_fitted; n++)
        count += labels[n] == c;
    return count;
}

static void mean_row(double *centroid, const float *fitted, const uint32_t *labels,
                     size_t n_fitted, size_t c, size_t d, enum probe_mistake how)
{
    const size_t count = rows_of(labels, n_fitted, c);
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0;
        float float_sum = 0.0f;
        size_t n = 0;
        for (; n < n_fitted; n++) {
            if (labels[n] != c)
                continue;
            sum += (double)fitted[n * d + i];
            float_sum += fitted[n * d + i];
            if (how == FIRST_ROW_STANDS)
                break;
        }
        centroid[i] = how == NOT_DIVIDED || how == FIRST_ROW_STANDS ? sum
                      : how == DIVIDED_BY_ALL  ? sum / (double)n_fitted
                      : how == FLOAT_CENTROIDS ? (double)(float_sum / (float)count)
                      : count == 0             ? 0.0
                                               : sum / (double)count;
    }
}

static double distance_of(const float *row, const double *centroid, size_t d,
                          enum probe_mistake how)
{
    double sum = 0.0, product = 0.0, length = 0.0;
    float float_sum = 0.0f;
    for (size_t i = 0; i < d; i++) {
        const double step = (double)row[i] - centroid[i];
        const float float_step = row[i] - (float)centroid[i];
        sum += how == SUM_OF_STEPS ? fabs(step) : step * step;
        float_sum += float_step * float_step;
        product += (double)row[i] * centroid[i];
        length += centroid[i] * centroid[i];
    }
    return how == LARGEST_PRODUCT   ? -product
           : how == BY_COSINE       ? -product / sqrt(length)
           : how == FARTHEST        ? -sum
           : how == FLOAT_DISTANCES ? (double)float_sum
                                    : sum;
}

static bool probed(uint32_t *guesses, double *centroids, const float *fitted,
                   const uint32_t *labels, const float *tried, size_t n_fitted,
                   size_t n_tried, size_t n_classes, size_t d, enum probe_mistake how)
{
    if ((n_classes == 0 && how != NO_CLASSES_FINE) ||
        (how == NOTHING_REFUSED && n_tried == 0) ||
        (how == NO_NUMBERS_REFUSED && d == 0) ||
        !labels_are_good(labels, n_fitted, n_classes, how))
        return false;
    for (size_t c = 0; c + (how == LAST_CLASS_UNCHECKED) < n_classes; c++)
        if (rows_of(labels, n_fitted, c) == 0 && how != EMPTY_IS_ZERO &&
            how != EMPTY_FOUND_LATE)
            return false;
    for (size_t c = 0; c < n_classes; c++) {
        if (how == EMPTY_FOUND_LATE && rows_of(labels, n_fitted, c) == 0)
            return false;
        mean_row(centroids + c * d, fitted, labels, n_fitted, c, d, how);
    }
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = how == NEAR_ONLY || how == NEAR_OR_CLASS_0 ? 1e9 : INFINITY;
        if (how != NEAR_ONLY)
            guesses[n] = 0;
        for (size_t c = 0; c < n_classes; c++) {
            const double here = distance_of(tried + n * d, centroids + c * d, d, how);
            if (how == FIRST_1024_TRIED && n >= 1024)
                break;
            if (here < nearest || (how == LATER_OF_EQUALS && here == nearest)) {
                nearest = here;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    return true;
}

#define PROBE(name, how)                                                                 \
    bool name(uint32_t *guesses, double *centroids, const float *fitted,                 \
              const uint32_t *labels, const float *tried, size_t n_fitted,               \
              size_t n_tried, size_t n_classes, size_t d_model)                          \
    {                                                                                    \
        return probed(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,      \
                      n_classes, d_model, how);                                          \
    }

WRONG(nearest_centroid, worked_example, probe_not_divided,
      "The rows of a class are added up and not divided by their number.")
PROBE(probe_not_divided, NOT_DIVIDED)

WRONG(nearest_centroid, worked_example, probe_divided_by_all,
      "The sum of a class is divided by the number of all rows: divide by those of the "
      "class.")
PROBE(probe_divided_by_all, DIVIDED_BY_ALL)

WRONG(nearest_centroid, worked_example, probe_first_row,
      "The first row of a class stands for its mean.")
PROBE(probe_first_row, FIRST_ROW_STANDS)

WRONG(nearest_centroid, worked_example, probe_later_of_equals,
      "Of two that are equally near the larger class is taken: the smaller one wins.")
PROBE(probe_later_of_equals, LATER_OF_EQUALS)

WRONG(nearest_centroid, ties, probe_ties_of_whole_rows,
      "Of two that are equally near the larger class is taken: the smaller one wins.")
bool probe_ties_of_whole_rows(uint32_t *guesses, double *centroids, const float *fitted,
                              const uint32_t *labels, const float *tried, size_t n_fitted,
                              size_t n_tried, size_t n_classes, size_t d_model)
{
    if (!probed(guesses, centroids, fitted, labels, tried, n_fitted, n_tried, n_classes,
                d_model, RIGHT_PROBE))
        return false;
    for (size_t n = 0; n < n_tried; n++) // "the last one that is as near"
        for (size_t c = guesses[n]; c < n_classes; c++)
            if (distance_of(tried + n * d_model, centroids + c * d_model, d_model,
                            RIGHT_PROBE) == distance_of(tried + n * d_model,
                                                        centroids + guesses[n] * d_model,
                                                        d_model, RIGHT_PROBE))
                guesses[n] = (uint32_t)c;
    return true;
}

WRONG(nearest_centroid, random_rows, probe_farthest,
      "The farthest centroid is taken, not the nearest.")
PROBE(probe_farthest, FARTHEST)

WRONG(nearest_centroid, random_rows, probe_by_steps,
      "The absolute differences are added up: the distance is made of their squares.")
PROBE(probe_by_steps, SUM_OF_STEPS)

WRONG(nearest_centroid, random_rows, probe_by_product,
      "The centroid with the largest dot product is taken: a long one wins too often. "
      "Use the "
      "distance.")
PROBE(probe_by_product, LARGEST_PRODUCT)

WRONG(nearest_centroid, random_rows, probe_by_cosine,
      "The centroid with the largest cosine is taken: use the distance.")
PROBE(probe_by_cosine, BY_COSINE)

WRONG(nearest_centroid, random_rows, probe_nearest_row,
      "The class of the nearest row is taken, not that of the nearest centroid.")
bool probe_nearest_row(uint32_t *guesses, double *centroids, const float *fitted,
                       const uint32_t *labels, const float *tried, size_t n_fitted,
                       size_t n_tried, size_t n_classes, size_t d_model)
{
    if (!probed(guesses, centroids, fitted, labels, tried, n_fitted, n_tried, n_classes,
                d_model, RIGHT_PROBE))
        return false;
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = INFINITY;
        for (size_t k = 0; k < n_fitted; k++) {
            double here = 0.0;
            for (size_t i = 0; i < d_model; i++)
                here += pow(
                    (double)tried[n * d_model + i] - (double)fitted[k * d_model + i], 2);
            if (here < nearest) {
                nearest = here;
                guesses[n] = labels[k];
            }
        }
    }
    return true;
}

WRONG(nearest_centroid, small_and_large, probe_near_only,
      "The smallest distance so far begins as a number that is too small: distances have "
      "no "
      "largest, so begin with INFINITY.")
PROBE(probe_near_only, NEAR_ONLY)

WRONG(nearest_centroid, small_and_large, probe_near_or_class_0,
      "The smallest distance so far begins as a number that is too small: distances have "
      "no "
      "largest, so begin with INFINITY.")
PROBE(probe_near_or_class_0, NEAR_OR_CLASS_0)

WRONG(nearest_centroid, sums_in_double, probe_float_centroids,
      "The rows are added up in float: the means are wanted in double.")
PROBE(probe_float_centroids, FLOAT_CENTROIDS)

WRONG(nearest_centroid, sums_in_double, probe_float_distances,
      "The distances are added up in float: they are wanted in double.")
PROBE(probe_float_distances, FLOAT_DISTANCES)

WRONG(nearest_centroid, small_and_large, probe_of_rounded_rows,
      "The distances are added up in float: they are wanted in double.")
PROBE(probe_of_rounded_rows, FLOAT_DISTANCES)

WRONG(nearest_centroid, large_sizes, probe_of_1024,
      "Only the first 1,024 rows are tried: there is no largest size.")
PROBE(probe_of_1024, FIRST_1024_TRIED)

CAUGHT(nearest_centroid, refuses_bad_labels, probe_labels_unchecked, "must return false")
PROBE(probe_labels_unchecked, LABELS_UNCHECKED)

CAUGHT(nearest_centroid, refuses_bad_labels, probe_first_labels_checked,
       "must return false")
PROBE(probe_first_labels_checked, FIRST_LABELS_CHECKED)

CAUGHT(nearest_centroid, refuses_bad_labels, probe_label_may_be_n, "must return false")
PROBE(probe_label_may_be_n, LABEL_MAY_BE_N)

CAUGHT(nearest_centroid, refuses_bad_labels, probe_signed_labels, "must return false")
PROBE(probe_signed_labels, SIGNED_LABELS)

CAUGHT(nearest_centroid, refuses_empty_classes, probe_empty_is_zero, "must return false")
PROBE(probe_empty_is_zero, EMPTY_IS_ZERO)

CAUGHT(nearest_centroid, refuses_empty_classes, probe_empty_found_late,
       "must stay untouched")
PROBE(probe_empty_found_late, EMPTY_FOUND_LATE)

CAUGHT(nearest_centroid, refuses_empty_classes, probe_last_class_unchecked,
       "must return false")
PROBE(probe_last_class_unchecked, LAST_CLASS_UNCHECKED)

CAUGHT(nearest_centroid, refuses_empty_classes, probe_no_classes_fine,
       "must return false")
PROBE(probe_no_classes_fine, NO_CLASSES_FINE)

CAUGHT(nearest_centroid, nothing_to_do, probe_refuses_nothing, "must return true")
PROBE(probe_refuses_nothing, NOTHING_REFUSED)

CAUGHT(nearest_centroid, nothing_to_do, probe_refuses_no_numbers, "must return true")
PROBE(probe_refuses_no_numbers, NO_NUMBERS_REFUSED)

CAUGHT(nearest_centroid, stays_in_bounds, probe_one_more, "past the end")
bool probe_one_more(uint32_t *guesses, double *centroids, const float *fitted,
                    const uint32_t *labels, const float *tried, size_t n_fitted,
                    size_t n_tried, size_t n_classes, size_t d_model)
{
    volatile uint32_t unused = labels[n_fitted];
    (void)unused;
    return probed(guesses, centroids, fitted, labels, tried, n_fitted, n_tried, n_classes,
                  d_model, RIGHT_PROBE);
}

CAUGHT(nearest_centroid, refuses_empty_classes, probe_classes_in_64_bits,
       "must return false")
bool probe_classes_in_64_bits(uint32_t *guesses, double *centroids, const float *fitted,
                              const uint32_t *labels, const float *tried, size_t n_fitted,
                              size_t n_tried, size_t n_classes, size_t d_model)
{
    uint64_t seen = 0;
    bool good = true;
    for (size_t n = 0; n < n_fitted && n_classes > 64; n++)
        seen |= (uint64_t)1 << labels[n] % 64;
    good = n_classes > 64 && ~seen == 0;
    const bool right = nearest_centroid(guesses, centroids, fitted, labels, tried,
                                        n_fitted, n_tried, n_classes, d_model);
    return right || good;
}

CAUGHT(nearest_centroid, large_sizes, probe_counts_in_16_bits, "got")
bool probe_counts_in_16_bits(uint32_t *guesses, double *centroids, const float *fitted,
                             const uint32_t *labels, const float *tried, size_t n_fitted,
                             size_t n_tried, size_t n_classes, size_t d_model)
{
    const bool good = nearest_centroid(guesses, centroids, fitted, labels, tried,
                                       n_fitted, n_tried, n_classes, d_model);
    for (size_t i = 0; good && n_classes == 1 && i < d_model; i++)
        centroids[i] *= (double)n_fitted / (double)(uint16_t)n_fitted;
    return good;
}

CAUGHT(nearest_centroid, large_sizes, probe_4096_classes, "must return true")
bool probe_4096_classes(uint32_t *guesses, double *centroids, const float *fitted,
                        const uint32_t *labels, const float *tried, size_t n_fitted,
                        size_t n_tried, size_t n_classes, size_t d_model)
{
    return n_classes <= 4096 &&
           nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,
                            n_classes, d_model);
}

WRONG(
    nearest_centroid, small_and_large, probe_of_products,
    "Far from 0 nothing is left of the distance: it is made of products, or of centroids "
    "rounded to float. Add up the squares of the differences, in double.")
bool probe_of_products(uint32_t *guesses, double *centroids, const float *fitted,
                       const uint32_t *labels, const float *tried, size_t n_fitted,
                       size_t n_tried, size_t n_classes, size_t d_model)
{
    if (!nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,
                          n_classes, d_model))
        return false;
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = INFINITY;
        for (size_t c = 0; c < n_classes; c++) {
            double distance = 0.0; // the square of the tried row is the same for all
            for (size_t i = 0; i < d_model; i++)
                distance +=
                    centroids[c * d_model + i] * centroids[c * d_model + i] -
                    2.0 * centroids[c * d_model + i] * (double)tried[n * d_model + i];
            if (distance < nearest) {
                nearest = distance;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    return true;
}

CAUGHT(context_gap, worked_example, gap_of_the_largest, "got")
bool gap_of_the_largest(float *gap, const float *a, const float *b, size_t n_tokens,
                        size_t d_model) // the largest of a row less that of the other
{
    for (size_t t = 0; t < n_tokens; t++) {
        float most_a = -INFINITY, most_b = -INFINITY, odd = 0.0f;
        for (size_t i = 0; i < d_model; i++) {
            most_a = fmaxf(most_a, a[t * d_model + i]);
            most_b = fmaxf(most_b, b[t * d_model + i]);
            odd += 0.0f * (a[t * d_model + i] - b[t * d_model + i]);
        }
        gap[t] = d_model == 0 ? 0.0f : fabsf(most_a - most_b) + odd;
    }
    return true;
}

WRONG(layer_norm, worked_example, norm_not_divided,
      "The squares are added up and not divided: the variance is their mean.")
bool norm_not_divided(float *out, const float *x, const float *gain, const float *bias,
                      size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *row = x + t * d_model;
        double mean = 0.0, squares = 0.0;
        for (size_t i = 0; i < d_model; i++)
            mean += (double)row[i] / (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            squares += ((double)row[i] - mean) * ((double)row[i] - mean);
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                (float)((double)gain[i] * ((double)row[i] - mean) / sqrt(squares + 1e-5) +
                        (double)bias[i]);
    }
    return true;
}

WRONG(layer_norm, small_and_large, norm_cut_at_5,
      "A number far from all the others is cut: nothing says how far it may be.")
bool norm_cut_at_5(float *out, const float *x, const float *gain, const float *bias,
                   size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t k = 0; k < n_tokens * d_model; k++) {
        const double g = (double)gain[k % d_model], b = (double)bias[k % d_model];
        if (fabs(((double)out[k] - b) / g) > 5.0)
            out[k] = (float)(copysign(5.0 * g, (double)out[k] - b) + b);
    }
    return true;
}

CAUGHT(residual_mlp_backward, small_and_large, back_drops_nan, "wanted nan")
bool back_drops_nan(float *dx, float *dnormed, float *dw_up, float *dw_down,
                    const float *dout, const float *hidden, const float *normed,
                    const float *w_up, const float *w_down, size_t n_tokens,
                    size_t d_model, size_t d_hidden)
{
    float *clean = malloc((n_tokens * d_model + 1) * sizeof *clean);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        clean[k] = isnan(dout[k]) ? 0.0f : dout[k];
    residual_mlp_backward(dx, dnormed, dw_up, dw_down, clean, hidden, normed, w_up,
                          w_down, n_tokens, d_model, d_hidden);
    free(clean);
    return true;
}

CAUGHT(residual_mlp_backward, small_and_large, back_loud_is_cut, "got")
bool back_loud_is_cut(float *dx, float *dnormed, float *dw_up, float *dw_down,
                      const float *dout, const float *hidden, const float *normed,
                      const float *w_up, const float *w_down, size_t n_tokens,
                      size_t d_model,
                      size_t d_hidden) // as behind a neuron that says at most so much
{
    float *cut = malloc((n_tokens * d_hidden + 1) * sizeof *cut);
    for (size_t k = 0; k < n_tokens * d_hidden; k++)
        cut[k] = hidden[k] > 1e12f ? 0.0f : hidden[k];
    residual_mlp_backward(dx, dnormed, dw_up, dw_down, dout, cut, normed, w_up, w_down,
                          n_tokens, d_model, d_hidden);
    free(cut);
    return true;
}

CAUGHT(nearest_centroid, refuses_bad_labels, probe_no_numbers_no_checks,
       "must return false")
bool probe_no_numbers_no_checks(uint32_t *guesses, double *centroids, const float *fitted,
                                const uint32_t *labels, const float *tried,
                                size_t n_fitted, size_t n_tried, size_t n_classes,
                                size_t d_model)
{
    if (d_model > 0 || n_classes == 0)
        return nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted,
                                n_tried, n_classes, d_model);
    memset(guesses, 0, n_tried * sizeof *guesses);
    return true;
}

CAUGHT(nearest_centroid, refuses_bad_labels, probe_none_tried_no_checks,
       "must return false")
bool probe_none_tried_no_checks(uint32_t *guesses, double *centroids, const float *fitted,
                                const uint32_t *labels, const float *tried,
                                size_t n_fitted, size_t n_tried, size_t n_classes,
                                size_t d_model)
{
    const bool good = nearest_centroid(guesses, centroids, fitted, labels, tried,
                                       n_fitted, n_tried, n_classes, d_model);
    return good || (n_tried == 0 && n_classes > 0);
}

WRONG(residual_mlp, worked_example, mlp_stream_for_each_neuron,
      "The stream is added once for each neuron: once is enough.")
bool mlp_stream_for_each_neuron(float *out, float *hidden, const float *x,
                                const float *normed, const float *w_up,
                                const float *w_down, size_t n_tokens, size_t d_model,
                                size_t d_hidden)
{
    residual_mlp(out, hidden, x, normed, w_up, w_down, n_tokens, d_model, d_hidden);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        out[k] += ((float)d_hidden - 1.0f) * x[k];
    return true;
}

WRONG(
    context_gap, small_and_large, nearly_equal_is_equal,
    "A difference that is small beside the numbers counts as 0: it is one all the same.")
bool nearly_equal_is_equal(float *gap, const float *a, const float *b, size_t n_tokens,
                           size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t k = t * d_model; k < (t + 1) * d_model; k++) {
            const float difference = fabsf(a[k] - b[k]);
            if (difference < 1e-6f * fabsf(a[k]))
                continue;
            if (difference > gap[t] || isnan(difference))
                gap[t] = difference;
        }
    }
    return true;
}

CAUGHT(layer_norm, large_sizes, tokens_of_16_bits, "got")
bool tokens_of_16_bits(float *out, const float *x, const float *gain, const float *bias,
                       size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t t = 65536; t < n_tokens; t++)
        memcpy(out + t * d_model, out + (t - 65536) * d_model, d_model * sizeof *out);
    return true;
}

CAUGHT(layer_norm, small_and_large, cut_at_100, "got")
bool cut_at_100(float *out, const float *x, const float *gain, const float *bias,
                size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t k = 0; k < n_tokens * d_model; k++) {
        const float g = gain[k % d_model], b = bias[k % d_model];
        if (fabsf(out[k] - b) > 100.0f * fabsf(g))
            out[k] = (out[k] > b ? 100.0f : -100.0f) * fabsf(g) + b;
    }
    return true;
}

CAUGHT(layer_norm, small_and_large, faint_numbers_are_the_bias, "got")
bool faint_numbers_are_the_bias(float *out, const float *x, const float *gain,
                                const float *bias, size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        if (fabsf(out[k] - bias[k % d_model]) < 1e-7f)
            out[k] = bias[k % d_model];
    return true;
}

CAUGHT(residual_mlp, small_and_large, faint_sums_are_zero, "got")
bool faint_sums_are_zero(float *out, float *hidden, const float *x, const float *normed,
                         const float *w_up, const float *w_down, size_t n_tokens,
                         size_t d_model, size_t d_hidden)
{
    residual_mlp(out, hidden, x, normed, w_up, w_down, n_tokens, d_model, d_hidden);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        out[k] = fabsf(out[k]) < 1e-9f ? 0.0f : out[k];
    return true;
}

CAUGHT(residual_mlp, random_shapes, blocks_of_neurons_lose_one, "got")
bool blocks_of_neurons_lose_one(float *out, float *hidden, const float *x,
                                const float *normed, const float *w_up,
                                const float *w_down, size_t n_tokens, size_t d_model,
                                size_t d_hidden)
{
    residual_mlp(out, hidden, x, normed, w_up, w_down, n_tokens, d_model, d_hidden);
    for (size_t t = 0; t < n_tokens && d_hidden > 0 && d_hidden % 16 == 0; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] -=
                hidden[(t + 1) * d_hidden - 1] * w_down[(d_hidden - 1) * d_model + i];
    return true;
}

WRONG(nearest_centroid, small_and_large, steps_in_float,
      "The steps from a row to a centroid are floats: they are differences of doubles.")
bool steps_in_float(uint32_t *guesses, double *centroids, const float *fitted,
                    const uint32_t *labels, const float *tried, size_t n_fitted,
                    size_t n_tried, size_t n_classes, size_t d_model)
{
    if (!nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,
                          n_classes, d_model))
        return false;
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = INFINITY;
        for (size_t c = 0; c < n_classes; c++) {
            double distance = 0.0;
            for (size_t i = 0; i < d_model; i++) {
                const float step =
                    (float)((double)tried[n * d_model + i] - centroids[c * d_model + i]);
                distance += (double)step * (double)step;
            }
            if (distance < nearest) {
                nearest = distance;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    return true;
}

CAUGHT(nearest_centroid, large_sizes, last_of_many_classes, "got")
bool last_of_many_classes(uint32_t *guesses, double *centroids, const float *fitted,
                          const uint32_t *labels, const float *tried, size_t n_fitted,
                          size_t n_tried, size_t n_classes, size_t d_model)
{
    if (!nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,
                          n_classes, d_model))
        return false;
    for (size_t n = 0; n < n_tried && n_classes > 256; n++)
        guesses[n] -= guesses[n] == n_classes - 1;
    return true;
}

CAUGHT(nearest_centroid, refuses_empty_classes, nobody_tried, "must return false")
bool nobody_tried(uint32_t *guesses, double *centroids, const float *fitted,
                  const uint32_t *labels, const float *tried, size_t n_fitted,
                  size_t n_tried, size_t n_classes, size_t d_model)
{
    bool has_last = false;
    for (size_t n = 0; n < n_fitted; n++)
        has_last = has_last || labels[n] == n_classes - 1;
    if (n_tried == 0 && n_classes > 1 && !has_last)
        return nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, 0,
                                n_classes - 1, d_model);
    return nearest_centroid(guesses, centroids, fitted, labels, tried, n_fitted, n_tried,
                            n_classes, d_model);
}
