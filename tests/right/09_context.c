// Other right answers to the exercises of chapter 9: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------------- 9.1 context_gap

RIGHT(context_gap, gap_in_double, "in double, NaN noted in a flag and written at the end")
bool gap_in_double(float *gap, const float *a, const float *b, size_t n_tokens,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        double largest = 0.0;
        bool has_nan = false;
        for (size_t i = 0; i < d_model; i++) {
            const double step = (double)a[t * d_model + i] - (double)b[t * d_model + i];
            has_nan |= step != step;
            largest = fmax(largest, step < 0.0 ? -step : step);
        }
        gap[t] = has_nan ? NAN : (float)largest;
    }
    return true;
}

RIGHT(context_gap, gap_along_columns,
      "the loop over the numbers outside, memset for zeros")
bool gap_along_columns(float *gap, const float *a, const float *b, size_t n_tokens,
                       size_t d_model)
{
    if (n_tokens > 0)
        memset(gap, 0, n_tokens * sizeof *gap);
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = 0; t < n_tokens; t++) {
            const float here = fabsf(a[t * d_model + i] - b[t * d_model + i]);
            gap[t] = gap[t] >= here || isnan(gap[t]) ? gap[t] : here;
        }
    return true;
}

static float gap_between(const float *a, const float *b, size_t n)
{
    if (n == 0)
        return 0.0f;
    if (n == 1)
        return fabsf(*a - *b);
    const float left = gap_between(a, b, n / 2);
    const float right = gap_between(a + n / 2, b + n / 2, n - n / 2);
    return isnan(left) || left > right ? left : right;
}

RIGHT(context_gap, gap_by_halves, "recursion: the larger gap of two halves")
bool gap_by_halves(float *gap, const float *a, const float *b, size_t n_tokens,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        gap[t] = gap_between(a + t * d_model, b + t * d_model, d_model);
    return true;
}

RIGHT(context_gap, gap_backwards,
      "from the last position to the first, negated comparison")
bool gap_backwards(float *gap, const float *a, const float *b, size_t n_tokens,
                   size_t d_model)
{
    while (n_tokens-- > 0) {
        float largest = 0.0f;
        for (size_t i = d_model; i-- > 0 && !isnan(largest);) {
            const float here = a[n_tokens * d_model + i] - b[n_tokens * d_model + i];
            if (!(fabsf(here) <= largest))
                largest = fabsf(here);
        }
        gap[n_tokens] = largest;
    }
    return true;
}

// ----------------------------------------------------------------------- 9.2 layer_norm

RIGHT(layer_norm, norm_with_a_copy, "the differences are kept in memory of its own")
bool norm_with_a_copy(float *out, const float *x, const float *gain, const float *bias,
                      size_t n_tokens, size_t d_model)
{
    double *row = malloc((d_model + 1) * sizeof *row);
    assert(row != NULL);
    for (size_t t = 0; t < n_tokens; t++) {
        double mean = 0.0, squares = 0.0;
        for (size_t i = 0; i < d_model; i++)
            mean += row[i] = (double)x[t * d_model + i];
        mean /= (double)d_model;
        for (size_t i = 0; i < d_model; i++) {
            row[i] -= mean;
            squares += row[i] * row[i];
        }
        const double spread = sqrt(squares / (double)d_model + 1e-5);
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                (float)((double)bias[i] + (double)gain[i] * (row[i] / spread));
    }
    free(row);
    return true;
}

RIGHT(layer_norm, norm_in_lanes, "four sums side by side, and the rest")
bool norm_in_lanes(float *out, const float *x, const float *gain, const float *bias,
                   size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++, x += d_model, out += d_model) {
        double sums[4] = {0}, squares[4] = {0};
        for (size_t i = 0; i < d_model; i++)
            sums[i % 4] += (double)x[i];
        const double mean = (sums[0] + sums[1] + sums[2] + sums[3]) / (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            squares[i % 4] += ((double)x[i] - mean) * ((double)x[i] - mean);
        const double variance =
            (squares[0] + squares[1] + squares[2] + squares[3]) / (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            out[i] = (float)((double)gain[i] * ((double)x[i] - mean) *
                                 pow(variance + 1e-5, -0.5) +
                             (double)bias[i]);
    }
    return true;
}

RIGHT(layer_norm, norm_rounded_late,
      "the normed number as a float, gain and bias in float")
bool norm_rounded_late(float *out, const float *x, const float *gain, const float *bias,
                       size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *row = &x[t * d_model];
        double mean = 0, variance = 0;
        for (size_t i = d_model; i > 0; i--)
            mean += row[i - 1];
        mean = mean / d_model;
        for (size_t i = d_model; i > 0; i--)
            variance += pow(row[i - 1] - mean, 2.0);
        variance = variance / d_model;
        for (size_t i = 0; i < d_model; i++) {
            const float hat = (float)((row[i] - mean) / sqrt(variance + 0.00001));
            out[t * d_model + i] = gain[i] * hat + bias[i];
        }
    }
    return true;
}

RIGHT(layer_norm, norm_mean_by_pieces, "each number divided by d before it is added")
bool norm_mean_by_pieces(float *out, const float *x, const float *gain, const float *bias,
                         size_t n_tokens, size_t d_model)
{
    const double share = d_model == 0 ? 0.0 : 1.0 / (double)d_model;
    for (size_t k = 0; k < n_tokens * d_model; k += d_model) {
        double mean = 0.0, variance = 1e-5;
        for (size_t i = 0; i < d_model; i++)
            mean += (double)x[k + i] * share;
        for (size_t i = 0; i < d_model; i++) {
            const double step = (double)x[k + i] - mean;
            variance += step * step * share;
        }
        for (size_t i = 0; i < d_model; i++)
            out[k + i] =
                (float)fma((double)gain[i], ((double)x[k + i] - mean) / sqrt(variance),
                           (double)bias[i]);
    }
    return true;
}

// --------------------------------------------------------------------- 9.3 residual_mlp

RIGHT(residual_mlp, mlp_in_double, "sums in double, the stream added last")
bool mlp_in_double(float *out, float *hidden, const float *x, const float *normed,
                   const float *w_up, const float *w_down, size_t n_tokens,
                   size_t d_model, size_t d_hidden)
{
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t j = 0; j < d_hidden; j++) {
            double heard = 0.0;
            for (size_t i = 0; i < d_model; i++)
                heard += (double)normed[t * d_model + i] * (double)w_up[j * d_model + i];
            hidden[t * d_hidden + j] = (float)fmax(0.0, heard);
        }
        for (size_t i = 0; i < d_model; i++) {
            double written = 0.0;
            for (size_t j = 0; j < d_hidden; j++)
                written +=
                    (double)hidden[t * d_hidden + j] * (double)w_down[j * d_model + i];
            out[t * d_model + i] = (float)((double)x[t * d_model + i] + written);
        }
    }
    return true;
}

RIGHT(residual_mlp, mlp_neuron_by_neuron, "the neurons outside, memcpy of the stream")
bool mlp_neuron_by_neuron(float *out, float *hidden, const float *x, const float *normed,
                          const float *w_up, const float *w_down, size_t n_tokens,
                          size_t d_model, size_t d_hidden)
{
    if (n_tokens * d_model > 0)
        memcpy(out, x, n_tokens * d_model * sizeof *out);
    for (size_t j = 0; j < d_hidden; j++)
        for (size_t t = 0; t < n_tokens; t++) {
            const float *listens = w_up + j * d_model, *writes = w_down + j * d_model;
            float *said = hidden + t * d_hidden + j;
            *said = 0;
            for (size_t i = 0; i < d_model; i++)
                *said += normed[t * d_model + i] * listens[i];
            if (*said < 0) {
                *said = 0;
                continue;
            }
            for (size_t i = 0; i < d_model; i++)
                out[t * d_model + i] += *said * writes[i];
        }
    return true;
}

RIGHT(residual_mlp, mlp_skips_silence, "two passes, and silent neurons are skipped")
bool mlp_skips_silence(float *out, float *hidden, const float *x, const float *normed,
                       const float *w_up, const float *w_down, size_t n_tokens,
                       size_t d_model, size_t d_hidden)
{
    for (size_t k = 0; k < n_tokens * d_hidden; k++) {
        const float *row = normed + k / d_hidden * d_model;
        const float *listens = w_up + k % d_hidden * d_model;
        float even = 0.0f, odd = 0.0f;
        for (size_t i = 0; i < d_model; i++)
            *(i % 2 == 0 ? &even : &odd) += row[i] * listens[i];
        hidden[k] = even + odd > 0.0f ? even + odd : 0.0f;
    }
    for (size_t k = 0; k < n_tokens * d_model; k++) {
        float sum = x[k];
        for (size_t j = 0; j < d_hidden; j++)
            if (hidden[k / d_model * d_hidden + j] != 0.0f)
                sum += hidden[k / d_model * d_hidden + j] *
                       w_down[j * d_model + k % d_model];
        out[k] = sum;
    }
    return true;
}

RIGHT(residual_mlp, mlp_in_blocks, "eight neurons at a time, kept in an array of its own")
bool mlp_in_blocks(float *out, float *hidden, const float *x, const float *normed,
                   const float *w_up, const float *w_down, size_t n_tokens,
                   size_t d_model, size_t d_hidden)
{
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = x[t * d_model + i];
        for (size_t from = 0; from < d_hidden; from += 8) {
            const size_t n = d_hidden - from < 8 ? d_hidden - from : 8;
            float heard[8] = {0};
            for (size_t i = 0; i < d_model; i++)
                for (size_t j = 0; j < n; j++)
                    heard[j] += normed[t * d_model + i] * w_up[(from + j) * d_model + i];
            for (size_t j = 0; j < n; j++)
                heard[j] = heard[j] < 0 ? 0 : heard[j];
            memcpy(hidden + t * d_hidden + from, heard, n * sizeof *heard);
            for (size_t j = 0; j < n; j++)
                for (size_t i = 0; i < d_model; i++)
                    out[t * d_model + i] += heard[j] * w_down[(from + j) * d_model + i];
        }
    }
    return true;
}

// ------------------------------------------------------------ 9.4 residual_mlp_backward

RIGHT(residual_mlp_backward, back_with_slopes,
      "the slopes in memory of its own, in double")
bool back_with_slopes(float *dx, float *dnormed, float *dw_up, float *dw_down,
                      const float *dout, const float *hidden, const float *normed,
                      const float *w_up, const float *w_down, size_t n_tokens,
                      size_t d_model, size_t d_hidden)
{
    double *slopes = calloc(n_tokens * d_hidden + 1, sizeof *slopes);
    if (slopes == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_hidden; j++)
            for (size_t i = 0; i < d_model && hidden[t * d_hidden + j] > 0.0f; i++)
                slopes[t * d_hidden + j] +=
                    (double)dout[t * d_model + i] * (double)w_down[j * d_model + i];
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            double sum = 0.0;
            for (size_t j = 0; j < d_hidden; j++)
                sum += slopes[t * d_hidden + j] * (double)w_up[j * d_model + i];
            dx[t * d_model + i] += dout[t * d_model + i];
            dnormed[t * d_model + i] = (float)((double)dnormed[t * d_model + i] + sum);
        }
    for (size_t j = 0; j < d_hidden; j++)
        for (size_t i = 0; i < d_model; i++) {
            double up = 0.0, down = 0.0;
            for (size_t t = 0; t < n_tokens; t++) {
                up += slopes[t * d_hidden + j] * (double)normed[t * d_model + i];
                down += (double)hidden[t * d_hidden + j] * (double)dout[t * d_model + i];
            }
            dw_up[j * d_model + i] = (float)((double)dw_up[j * d_model + i] + up);
            dw_down[j * d_model + i] = (float)((double)dw_down[j * d_model + i] + down);
        }
    free(slopes);
    return true;
}

RIGHT(residual_mlp_backward, back_neuron_by_neuron,
      "the neurons outside, nothing skipped")
bool back_neuron_by_neuron(float *dx, float *dnormed, float *dw_up, float *dw_down,
                           const float *dout, const float *hidden, const float *normed,
                           const float *w_up, const float *w_down, size_t n_tokens,
                           size_t d_model, size_t d_hidden)
{
    for (size_t j = 0; j < d_hidden; j++)
        for (size_t t = 0; t < n_tokens; t++) {
            const float said = hidden[t * d_hidden + j];
            float slope = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                slope += w_down[j * d_model + i] * dout[t * d_model + i];
            slope = said > 0.0f ? slope : 0.0f;
            for (size_t i = 0; i < d_model; i++) {
                dw_down[j * d_model + i] += dout[t * d_model + i] * said;
                dw_up[j * d_model + i] += normed[t * d_model + i] * slope;
                dnormed[t * d_model + i] += w_up[j * d_model + i] * slope;
            }
        }
    for (size_t k = n_tokens * d_model; k-- > 0;)
        dx[k] = dout[k] + dx[k];
    return true;
}

static void add_times(float *to, float factor, const float *row, size_t n)
{
    while (n-- > 0)
        *to++ += factor * *row++;
}

RIGHT(residual_mlp_backward, back_by_rows, "one helper that adds a row times a number")
bool back_by_rows(float *dx, float *dnormed, float *dw_up, float *dw_down,
                  const float *dout, const float *hidden, const float *normed,
                  const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,
                  size_t d_hidden)
{
    for (size_t t = 0; t < n_tokens; t++, dout += d_model, normed += d_model) {
        add_times(dx + t * d_model, 1.0f, dout, d_model);
        for (size_t j = 0; j < d_hidden; j++) {
            const float said = *hidden++;
            double slope = 0.0;
            for (size_t i = 0; i < d_model; i++)
                slope += (double)dout[i] * (double)w_down[j * d_model + i];
            if (said <= 0.0f)
                continue;
            add_times(dnormed + t * d_model, (float)slope, w_up + j * d_model, d_model);
            add_times(dw_up + j * d_model, (float)slope, normed, d_model);
            add_times(dw_down + j * d_model, said, dout, d_model);
        }
    }
    return true;
}

RIGHT(residual_mlp_backward, back_four_times, "each output in a loop of its own")
bool back_four_times(float *dx, float *dnormed, float *dw_up, float *dw_down,
                     const float *dout, const float *hidden, const float *normed,
                     const float *w_up, const float *w_down, size_t n_tokens,
                     size_t d_model, size_t d_hidden)
{
    const size_t d = d_model;
    for (size_t part = 0; part < 3; part++)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t j = 0; j < d_hidden; j++) {
                float slope = 0.0f;
                for (size_t i = 0; i < d; i++)
                    slope += dout[t * d + i] * w_down[j * d + i];
                const float passed = hidden[t * d_hidden + j] > 0.0f ? slope : 0.0f;
                for (size_t i = 0; i < d; i++)
                    if (part == 0)
                        dnormed[t * d + i] += passed * w_up[j * d + i];
                    else if (part == 1)
                        dw_up[j * d + i] += passed * normed[t * d + i];
                    else
                        dw_down[j * d + i] += hidden[t * d_hidden + j] * dout[t * d + i];
            }
    for (size_t k = 0; k < n_tokens * d; k++)
        dx[k] += dout[k];
    return true;
}

// ----------------------------------------------------------------- 9.5 nearest_centroid

// how many rows each class has; NULL if a label or a class is bad
static size_t *counted(const uint32_t *labels, size_t n_fitted, size_t n_classes)
{
    size_t *counts = n_classes > n_fitted ? NULL : calloc(n_classes + 1, sizeof *counts);
    bool good = counts != NULL && n_classes > 0;
    for (size_t n = 0; good && n < n_fitted; n++) {
        good = labels[n] < n_classes;
        if (good)
            counts[labels[n]]++;
    }
    for (size_t c = 0; good && c < n_classes; c++)
        good = counts[c] > 0;
    if (good)
        return counts;
    free(counts);
    return NULL;
}

RIGHT(nearest_centroid, probe_one_pass,
      "counts in memory of its own, one pass over the rows")
bool probe_one_pass(uint32_t *guesses, double *centroids, const float *fitted,
                    const uint32_t *labels, const float *tried, size_t n_fitted,
                    size_t n_tried, size_t n_classes, size_t d_model)
{
    size_t *counts = counted(labels, n_fitted, n_classes);
    if (counts == NULL)
        return false;
    for (size_t k = 0; k < n_classes * d_model; k++)
        centroids[k] = 0.0;
    for (size_t n = 0; n < n_fitted; n++)
        for (size_t i = 0; i < d_model; i++)
            centroids[labels[n] * d_model + i] += fitted[n * d_model + i];
    for (size_t c = 0; c < n_classes; c++)
        for (size_t i = 0; i < d_model; i++)
            centroids[c * d_model + i] /= counts[c];
    for (size_t n = 0; n < n_tried; n++) {
        double best = -1.0;
        for (size_t c = n_classes; c-- > 0;) { // backwards: an equal one replaces
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += pow(centroids[c * d_model + i] - tried[n * d_model + i], 2.0);
            if (best < 0.0 || sum <= best) {
                best = sum;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    free(counts);
    return true;
}

RIGHT(nearest_centroid, probe_shares,
      "each row divided by the number of its class, then added")
bool probe_shares(uint32_t *guesses, double *centroids, const float *fitted,
                  const uint32_t *labels, const float *tried, size_t n_fitted,
                  size_t n_tried, size_t n_classes, size_t d_model)
{
    size_t *counts = counted(labels, n_fitted, n_classes);
    if (counts == NULL)
        return false;
    memset(centroids, 0, n_classes * d_model * sizeof *centroids);
    for (size_t n = n_fitted; n-- > 0;)
        for (size_t i = 0; i < d_model; i++)
            centroids[labels[n] * d_model + i] +=
                (double)fitted[n * d_model + i] / (double)counts[labels[n]];
    free(counts);
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = DBL_MAX;
        guesses[n] = 0;
        for (uint32_t c = 0; c < n_classes; c++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++) {
                const double step = tried[n * d_model + i] - centroids[c * d_model + i];
                sum += step * step;
            }
            guesses[n] = sum < nearest ? c : guesses[n];
            nearest = sum < nearest ? sum : nearest;
        }
    }
    return true;
}

RIGHT(nearest_centroid, probe_gives_up_early,
      "stops adding once a centroid is no longer nearer")
bool probe_gives_up_early(uint32_t *guesses, double *centroids, const float *fitted,
                          const uint32_t *labels, const float *tried, size_t n_fitted,
                          size_t n_tried, size_t n_classes, size_t d_model)
{
    size_t *counts = counted(labels, n_fitted, n_classes);
    if (counts == NULL)
        return false;
    for (size_t c = 0; c < n_classes; c++)
        for (size_t i = 0; i < d_model; i++) {
            double sum = 0.0;
            for (size_t n = 0; n < n_fitted; n++)
                sum += labels[n] == c ? (double)fitted[n * d_model + i] : 0.0;
            centroids[c * d_model + i] = sum / (double)counts[c];
        }
    free(counts);
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = INFINITY;
        guesses[n] = 0;
        for (size_t c = 0; c < n_classes; c++) {
            double sum = 0.0;
            size_t i = 0;
            for (; i < d_model && sum < nearest; i++)
                sum += ((double)tried[n * d_model + i] - centroids[c * d_model + i]) *
                       ((double)tried[n * d_model + i] - centroids[c * d_model + i]);
            if (sum < nearest) {
                nearest = sum;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    return true;
}

struct placed {
    uint32_t label;
    const float *row;
};

static int by_label(const void *a, const void *b)
{
    const struct placed *one = a, *other = b;
    return (one->label > other->label) - (one->label < other->label);
}

RIGHT(nearest_centroid, probe_sorts, "the rows sorted by class, then class after class")
bool probe_sorts(uint32_t *guesses, double *centroids, const float *fitted,
                 const uint32_t *labels, const float *tried, size_t n_fitted,
                 size_t n_tried, size_t n_classes, size_t d_model)
{
    size_t *counts = counted(labels, n_fitted, n_classes);
    struct placed *rows = malloc((n_fitted + 1) * sizeof *rows), *next = rows;
    if (counts == NULL || rows == NULL) {
        free(rows);
        return false;
    }
    for (size_t n = 0; n < n_fitted; n++)
        rows[n] = (struct placed){labels[n], fitted + n * d_model};
    qsort(rows, n_fitted, sizeof *rows, by_label);
    for (size_t c = 0; c < n_classes; c++) {
        for (size_t i = 0; i < d_model; i++)
            centroids[c * d_model + i] = 0.0;
        for (size_t k = 0; k < counts[c]; k++, next++)
            for (size_t i = 0; i < d_model; i++)
                centroids[c * d_model + i] += (double)next->row[i];
        for (size_t i = 0; i < d_model; i++)
            centroids[c * d_model + i] /= (double)counts[c];
    }
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = 0.0;
        for (size_t c = 0; c < n_classes; c++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (tried[n * d_model + i] - centroids[c * d_model + i]) *
                       (tried[n * d_model + i] - centroids[c * d_model + i]);
            if (c == 0 || sum < nearest) {
                nearest = sum;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    free(rows);
    free(counts);
    return true;
}

RIGHT(layer_norm, zero_gain_is_not_multiplied, "what is 0 times anything is left out")
bool zero_gain_is_not_multiplied(float *out, const float *x, const float *gain,
                                 const float *bias, size_t n_tokens, size_t d_model)
{
    layer_norm(out, x, gain, bias, n_tokens, d_model);
    for (size_t k = 0; k < n_tokens * d_model; k++)
        if (gain[k % d_model] == 0.0f)
            out[k] = bias[k % d_model];
    return true;
}

RIGHT(residual_mlp_backward, zero_factors_are_left_out, "a factor of 0 adds nothing")
bool zero_factors_are_left_out(float *dx, float *dnormed, float *dw_up, float *dw_down,
                               const float *dout, const float *hidden,
                               const float *normed, const float *w_up,
                               const float *w_down, size_t n_tokens, size_t d_model,
                               size_t d_hidden)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *dout_t = dout + t * d_model, *normed_t = normed + t * d_model;
        for (size_t i = 0; i < d_model; i++)
            dx[t * d_model + i] += dout_t[i];
        for (size_t j = 0; j < d_hidden; j++) {
            const float said = hidden[t * d_hidden + j];
            const float *up = w_up + j * d_model, *down = w_down + j * d_model;
            double slope = 0.0;
            for (size_t i = 0; i < d_model && said != 0.0f; i++)
                if (down[i] != 0.0f && dout_t[i] != 0.0f)
                    slope += (double)dout_t[i] * (double)down[i];
            for (size_t i = 0; i < d_model && said != 0.0f; i++) {
                if (up[i] != 0.0f && slope != 0.0)
                    dnormed[t * d_model + i] += (float)(slope * (double)up[i]);
                if (normed_t[i] != 0.0f && slope != 0.0)
                    dw_up[j * d_model + i] += (float)(slope * (double)normed_t[i]);
                if (dout_t[i] != 0.0f)
                    dw_down[j * d_model + i] += said * dout_t[i];
            }
        }
    }
    return true;
}
