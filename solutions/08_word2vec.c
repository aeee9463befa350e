#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

double subsample_probability(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || count > total || !(sample >= 0.0))
        return NAN;
    if (sample == 0.0)
        return 1.0;
    const double ratio = sample / ((double)count / (double)total);
    const double p = (sqrt(1.0 / ratio) + 1.0) * ratio;
    return p < 1.0 ? p : 1.0;
}

/*
What to notice: with $x = s/f$ the formula is $\sqrt x + x$. The first part is the paper's. And the
0 has to be looked at on its own: $\sqrt{f/0}$ is infinite, infinity times 0 is not a number.
*/

bool unigram_sampler(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                     size_t vocab_size, double power)
{
    double total = 0.0, below = 0.0;
    if (!(power >= 0.0 && power <= 1.0))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        if (counts[v] > 0)
            total += pow((double)counts[v], power);
    if (total == 0.0)
        return false;
    size_t v = 0, s = 0;
    for (; v < vocab_size; v++) {
        if (counts[v] > 0)
            below += pow((double)counts[v], power);
        while (s < n_slots && below > ((double)s + 0.5) / (double)n_slots * total)
            slots[s++] = (uint32_t)v;
    }
    return true;
}

/*
What to notice: both loops only ever go forward, so the work is `n_slots` plus `vocab_size`. And the last
slot is sure to be written: the sum of all shares, added in the same order as `total`, *is*
`total`, and the middle of the last slot lies below it.
*/

double skipgram_step(float *dcenter, float *doutputs, const float *center,
                     const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = 0.0;
    if (n_outputs == 0)
        return NAN;
    for (size_t i = 0; i < d_model; i++)
        dcenter[i] = 0.0f;
    for (size_t k = 0; k < n_outputs; k++) {
        const float *u = outputs + k * d_model;
        double z = 0.0;
        for (size_t i = 0; i < d_model; i++)
            z += (double)center[i] * (double)u[i];
        const double wrong = k == 0 ? -z : z; // large where the model is wrong
        loss += (wrong > 0.0 ? wrong : 0.0) + log1p(exp(-fabs(z)));
        const float g = (float)((k == 0 ? -1.0 : 1.0) / (1.0 + exp(-wrong)));
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += g * u[i];
            doutputs[k * d_model + i] = g * center[i];
        }
    }
    return loss;
}

/*
What to notice: $\sigma(z) - 1$ is $-\sigma(-z)$, so with `wrong` in place of the score both kinds of
row are served by one line, and nothing is lost when $\sigma(z)$ is so near to 1 that the
difference would be 0. `log1p(x)` is $\ln(1 + x)$, right even when $x$ is too small to be
seen beside a 1.
*/

bool pmi(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    double all = 0.0;
    for (size_t k = 0; k < n_words * n_contexts; k++) {
        if (!(counts[k] >= 0.0 && isfinite(counts[k])))
            return false;
        all += counts[k];
    }
    double *columns = calloc(n_contexts + 1, sizeof *columns);
    if (!columns)
        return false;
    for (size_t k = 0; k < n_words * n_contexts; k++)
        columns[k % n_contexts] += counts[k];
    for (size_t w = 0; w < n_words; w++) {
        const double *row = counts + w * n_contexts;
        double sum = 0.0;
        for (size_t c = 0; c < n_contexts; c++)
            sum += row[c];
        for (size_t c = 0; c < n_contexts; c++)
            out[w * n_contexts + c] =
                row[c] > 0.0 ? (float)log(row[c] * all / (sum * columns[c])) : -INFINITY;
    }
    free(columns);
    return true;
}

/*
What to notice: everything is looked at before anything is written, and the room for the
columns is asked for before that too. The table is symmetric if the counts are: that a word
is near another is no one's secret. The *conditional* probability $n_{wc} / n_w$ would not be.
*/

double shifted_pmi_gap(const float *in, const float *out, const float *pmi_table,
                       double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    double largest = 0.0;
    if (!(k > 0.0 && isfinite(k)))
        return NAN;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            const double wanted = (double)pmi_table[w * n_contexts + c];
            double z = 0.0;
            if (wanted == -INFINITY)
                continue;
            for (size_t i = 0; i < d_model; i++)
                z += (double)in[w * d_model + i] * (double)out[c * d_model + i];
            const double gap = fabs(z - (wanted - log(k)));
            if (isnan(gap))
                return gap;
            if (gap > largest)
                largest = gap;
        }
    return largest;
}

/*
What to notice: `gap > largest` is false for a NaN, and `fmax` throws NaNs away on purpose. A
measure of quality that loses them reports that all is well just when nothing is.
*/
