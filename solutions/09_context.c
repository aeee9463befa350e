#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

bool context_gap(float *gap, const float *a, const float *b, size_t n_tokens,
                 size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        gap[t] = 0.0f;
        for (size_t i = 0; i < d_model; i++) {
            const float difference = fabsf(a[t * d_model + i] - b[t * d_model + i]);
            if (difference > gap[t] || isnan(difference))
                gap[t] = difference;
        }
    }
    return true;
}

/*
What to notice: nothing is larger than a NaN, so once `gap[t]` is NaN the first comparison
never holds again, and the NaN stays. Only the way *into* it has to be opened by hand.
*/

bool layer_norm(float *out, const float *x, const float *gain, const float *bias,
                size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x_t = x + t * d_model;
        double mean = 0.0, variance = 0.0;
        for (size_t i = 0; i < d_model; i++)
            mean += (double)x_t[i];
        mean /= (double)d_model;
        for (size_t i = 0; i < d_model; i++)
            variance += ((double)x_t[i] - mean) * ((double)x_t[i] - mean);
        variance /= (double)d_model;
        const double rate = 1.0 / sqrt(variance + 1e-5);
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                (float)((double)gain[i] * ((double)x_t[i] - mean) * rate +
                        (double)bias[i]);
    }
    return true;
}

/*
What to notice: three walks through one row. The second cannot begin before the first has
ended, and the third not before the second; fast versions of the norm are all about this.
Gain and bias are the same for all positions, mean and spread are not: the norm of a row
depends on that row alone, and so it cannot carry anything from one position to another.
*/

bool residual_mlp(float *out, float *hidden, const float *x, const float *normed,
                  const float *w_up, const float *w_down, size_t n_tokens, size_t d_model,
                  size_t d_hidden)
{
    for (size_t t = 0; t < n_tokens; t++) {
        float *out_t = out + t * d_model;
        for (size_t i = 0; i < d_model; i++)
            out_t[i] = x[t * d_model + i];
        for (size_t j = 0; j < d_hidden; j++) {
            float heard = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                heard += normed[t * d_model + i] * w_up[j * d_model + i];
            const float said = heard > 0.0f ? heard : 0.0f;
            hidden[t * d_hidden + j] = said;
            for (size_t i = 0; i < d_model; i++)
                out_t[i] += said * w_down[j * d_model + i];
        }
    }
    return true;
}

/*
What to notice: the stream is copied first, and the neurons add to it one by one. None of
them can take anything away except by writing its opposite. And no line mixes two values of
$t$: take the loop over the positions away, and it is a function of one row.
*/

bool residual_mlp_backward(float *dx, float *dnormed, float *dw_up, float *dw_down,
                           const float *dout, const float *hidden, const float *normed,
                           const float *w_up, const float *w_down, size_t n_tokens,
                           size_t d_model, size_t d_hidden)
{
    for (size_t k = 0; k < n_tokens * d_model; k++)
        dx[k] += dout[k];
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_hidden; j++) {
            const float said = hidden[t * d_hidden + j];
            const float *dout_t = dout + t * d_model, *normed_t = normed + t * d_model;
            if (!(said > 0.0f))
                continue;
            float slope = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                slope += dout_t[i] * w_down[j * d_model + i];
            for (size_t i = 0; i < d_model; i++)
                dnormed[t * d_model + i] += slope * w_up[j * d_model + i];
            for (size_t i = 0; i < d_model; i++) {
                dw_up[j * d_model + i] += slope * normed_t[i];
                dw_down[j * d_model + i] += said * dout_t[i];
            }
        }
    return true;
}

/*
What to notice: for a silent neuron there is nothing to do at all. Its `hidden` is 0, so its
`dw_down` gets 0, and its slope is 0, so the other two get 0 too. Half of the work is saved
by one `continue`. And the first loop is the whole of the residual stream's way back.
*/

bool nearest_centroid(uint32_t *guesses, double *centroids, const float *fitted,
                      const uint32_t *labels, const float *tried, size_t n_fitted,
                      size_t n_tried, size_t n_classes, size_t d_model)
{
    for (size_t n = 0; n < n_fitted; n++)
        if (labels[n] >= n_classes)
            return false;
    for (size_t c = 0; c < n_classes; c++) {
        size_t n = 0;
        while (n < n_fitted && labels[n] != c)
            n++;
        if (n == n_fitted)
            return false;
    }
    if (n_classes == 0)
        return false;
    for (size_t c = 0; c < n_classes; c++) {
        double *centroid = centroids + c * d_model;
        size_t count = 0;
        for (size_t i = 0; i < d_model; i++)
            centroid[i] = 0.0;
        for (size_t n = 0; n < n_fitted; n++) {
            if (labels[n] != c)
                continue;
            count++;
            for (size_t i = 0; i < d_model; i++)
                centroid[i] += (double)fitted[n * d_model + i];
        }
        for (size_t i = 0; i < d_model; i++)
            centroid[i] /= (double)count;
    }
    for (size_t n = 0; n < n_tried; n++) {
        double nearest = INFINITY;
        guesses[n] = 0;
        for (size_t c = 0; c < n_classes; c++) {
            double distance = 0.0;
            for (size_t i = 0; i < d_model; i++) {
                const double step =
                    (double)tried[n * d_model + i] - centroids[c * d_model + i];
                distance += step * step;
            }
            if (distance < nearest) {
                nearest = distance;
                guesses[n] = (uint32_t)c;
            }
        }
    }
    return true;
}

/*
What to notice: all that can be wrong is looked for before the first number is written. The
centroids are sums of `float` rows in `double`, so they do not depend on the order of the
rows in any digit that matters. And `<`, not `<=`: of two equal distances the first one
stands.
*/
