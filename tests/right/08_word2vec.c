// Other right answers to the exercises of chapter 8: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ------------------------------------------------------------- 8.1 subsample_probability

RIGHT(subsample_probability, as_in_the_program, "the line of word2vec.c, with fmin")
double as_in_the_program(uint64_t count, uint64_t total, double sample)
{
    if (count < 1 || total < count || isnan(sample) || sample < 0)
        return NAN;
    if (!(sample > 0))
        return 1;
    const double cn = (double)count, n = (double)total;
    if (isinf(sample))
        return 1;
    return fmin(1.0, (sqrt(cn / (sample * n)) + 1) * (sample * n) / cn);
}

RIGHT(subsample_probability, root_and_square, "x = sqrt(sample / f), then x + x * x")
double root_and_square(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || count > total)
        return NAN;
    if (sample != sample || sample < 0.0)
        return NAN;
    const double f = (double)count / (double)total, x = sqrt(sample / f);
    return sample > 0.0 && x + x * x < 1.0 ? x + x * x : 1.0;
}

RIGHT(subsample_probability, threshold_first,
      "rare words are kept by a comparison of f with sample")
double threshold_first(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || total < count || !(sample >= 0.0))
        return NAN;
    const double f = (double)count / (double)total;
    if (sample == 0.0 || f <= sample)
        return 1.0;
    const double p = (sqrt(f / sample) + 1.0) * sample / f;
    return p > 1.0 ? 1.0 : p;
}

RIGHT(subsample_probability, long_double_all_through, "long double, rounded at the end")
double long_double_all_through(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || count > total || !(sample >= 0.0))
        return NAN;
    if (sample == 0.0)
        return 1.0;
    const long double ratio =
        (long double)sample * (long double)total / (long double)count;
    const long double p = sqrtl(ratio) + ratio;
    return p >= 1.0L ? 1.0 : (double)p;
}

// ------------------------------------------------------------------- 8.2 unigram_sampler

static inline double weight(uint64_t count, double power)
{
    return count == 0 ? 0.0 : pow((double)count, power);
}

RIGHT(unigram_sampler, cumulative_and_search,
      "all sums first, then a search for each slot")
bool cumulative_and_search(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                           size_t vocab_size, double power)
{
    if (!(0.0 <= power && power <= 1.0) || vocab_size == 0)
        return false;
    double *upto = malloc(vocab_size * sizeof *upto);
    if (upto == NULL)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        upto[v] = (v > 0 ? upto[v - 1] : 0.0) + weight(counts[v], power);
    const double total = upto[vocab_size - 1];
    for (size_t s = 0; total > 0.0 && s < n_slots; s++) {
        const double middle = total * (2.0 * (double)s + 1.0) / (2.0 * (double)n_slots);
        size_t low = 0, high = vocab_size - 1;
        while (low < high) {
            const size_t half = low + (high - low) / 2;
            if (upto[half] > middle)
                high = half;
            else
                low = half + 1;
        }
        slots[s] = (uint32_t)low;
    }
    free(upto);
    return total > 0.0;
}

RIGHT(unigram_sampler, shares_of_one,
      "shares that add up to 1, and the last word that occurs")
bool shares_of_one(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                   size_t vocab_size, double power)
{
    double total = 0.0;
    size_t last = 0;
    for (size_t v = 0; v < vocab_size; v++)
        if (counts[v] > 0) {
            total += pow((double)counts[v], power);
            last = v;
        }
    if (isnan(power) || power < 0.0 || power > 1.0 || total == 0.0)
        return false;
    size_t v = 0;
    double sum = weight(counts[0], power) / total;
    for (size_t s = 0; s < n_slots; s++) {
        while (v < last && sum <= ((double)s + 0.5) / (double)n_slots) {
            v++;
            sum += weight(counts[v], power) / total;
        }
        slots[s] = (uint32_t)v;
    }
    return true;
}

RIGHT(unigram_sampler, word_after_word, "for each word the slots that its share covers")
bool word_after_word(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                     size_t vocab_size, double power)
{
    long double total = 0.0L, below = 0.0L;
    if (!(power >= 0.0) || power > 1.0)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        total += (long double)weight(counts[v], power);
    if (!(total > 0.0L))
        return false;
    size_t s = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        below += (long double)weight(counts[v], power);
        const long double upto = below / total * (long double)n_slots - 0.5L;
        while (s < n_slots && (long double)s < upto)
            slots[s++] = (uint32_t)v;
    }
    assert(s == n_slots);
    return true;
}

RIGHT(unigram_sampler, as_word2vec_does, "exp and log in place of pow; kept shares")
bool as_word2vec_does(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                      size_t vocab_size, double power)
{
    if (!(power >= 0.0 && power <= 1.0))
        return false;
    double *share = calloc(vocab_size + 1, sizeof *share), total = 0.0, sum = 0.0;
    if (share == NULL)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        share[v] = counts[v] ? exp(power * log((double)counts[v])) : 0.0;
        total += share[v];
    }
    size_t s = 0;
    for (size_t v = 0; v < vocab_size && total > 0.0; v++)
        for (sum += share[v];
             s < n_slots && sum / total > ((double)s + 0.5) / (double)n_slots; s++)
            slots[s] = (uint32_t)v;
    free(share);
    return total > 0.0;
}

// --------------------------------------------------------------------- 8.3 skipgram_step

RIGHT(skipgram_step, case_by_case,
      "positive and negative scores each with their own formula")
double case_by_case(float *dcenter, float *doutputs, const float *center,
                    const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = 0.0;
    if (n_outputs == 0)
        return NAN;
    memset(dcenter, 0, d_model * sizeof *dcenter);
    for (size_t k = 0; k < n_outputs; k++) {
        double z = 0.0, p;
        for (size_t i = 0; i < d_model; i++)
            z += (double)center[i] * (double)outputs[k * d_model + i];
        if (z >= 0.0) {
            const double e = exp(-z);
            p = 1.0 / (1.0 + e);
            loss += log(1.0 + e) + (k == 0 ? 0.0 : z);
        } else {
            const double e = exp(z);
            p = e / (1.0 + e);
            loss += log(1.0 + e) - (k == 0 ? z : 0.0);
        }
        const double g = k == 0 ? p - 1.0 : p;
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += (float)(g * (double)outputs[k * d_model + i]);
            doutputs[k * d_model + i] = (float)(g * (double)center[i]);
        }
    }
    return loss;
}

RIGHT(skipgram_step, sums_in_floats, "scores summed in float, from the last number")
double sums_in_floats(float *dcenter, float *doutputs, const float *center,
                      const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = 0.0;
    if (n_outputs < 1)
        return NAN;
    for (size_t i = 0; i < d_model; i++)
        dcenter[i] = 0;
    for (size_t k = n_outputs; k-- > 0;) {
        const float *u = &outputs[k * d_model];
        float z = 0;
        for (size_t i = d_model; i-- > 0;)
            z += center[i] * u[i];
        const double sign = k ? 1 : -1, wrong = sign * (double)z;
        loss += fmax(wrong, 0) + log1p(exp(-fabs(wrong)));
        const float g = (float)(sign / (1 + exp(-wrong)));
        for (size_t i = 0; i < d_model; i++) {
            doutputs[k * d_model + i] = g * center[i];
            dcenter[i] += g * u[i];
        }
    }
    return loss;
}

RIGHT(skipgram_step, slopes_kept,
      "all slopes first, dcenter summed in double number by number")
double slopes_kept(float *dcenter, float *doutputs, const float *center,
                   const float *outputs, size_t n_outputs, size_t d_model)
{
    double *g = n_outputs > 0 ? malloc(n_outputs * sizeof *g) : NULL, loss = 0.0;
    if (g == NULL)
        return NAN;
    for (size_t k = 0; k < n_outputs; k++) {
        double z = 0.0;
        for (size_t i = 0; i < d_model; i++)
            z += (double)center[i] * (double)outputs[k * d_model + i];
        loss +=
            k == 0 ? (z < -30.0 ? -z : log1p(exp(-z))) : (z > 30.0 ? z : log1p(exp(z)));
        g[k] = 1.0 / (1.0 + exp(-z));
    }
    g[0] -= 1.0;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < n_outputs; k++) {
            sum += g[k] * (double)outputs[k * d_model + i];
            doutputs[k * d_model + i] = (float)(g[k] * (double)center[i]);
        }
        dcenter[i] = (float)sum;
    }
    free(g);
    return loss;
}

RIGHT(skipgram_step, hyperbolic, "the sigmoid as (1 + tanh(z / 2)) / 2")
double hyperbolic(float *dcenter, float *doutputs, const float *center,
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
            z += (double)u[i] * (double)center[i];
        const double g = 0.5 * (1.0 + tanh(0.5 * z)) - (k == 0);
        const double wrong = k == 0 ? -z : z;
        loss += wrong > 0.0 ? wrong + log(1.0 + exp(-wrong)) : log(1.0 + exp(wrong));
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += (float)g * u[i];
            doutputs[k * d_model + i] = (float)g * center[i];
        }
    }
    return loss;
}

// ------------------------------------------------------------------------------- 8.4 pmi

RIGHT(pmi, four_logarithms, "a sum of four logarithms, columns summed anew each time")
bool four_logarithms(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    double all = 0.0;
    const size_t n = n_words * n_contexts;
    for (size_t k = 0; k < n; k++) {
        if (isnan(counts[k]) || isinf(counts[k]) || counts[k] < 0.0)
            return false;
        all += counts[k];
    }
    for (size_t c = 0; c < n_contexts; c++) {
        double column = 0.0;
        for (size_t w = 0; w < n_words; w++)
            column += counts[w * n_contexts + c];
        for (size_t w = 0; w < n_words; w++)
            out[w * n_contexts + c] = (float)column;
    }
    for (size_t w = 0; w < n_words; w++) {
        double row = 0.0;
        for (size_t c = 0; c < n_contexts; c++)
            row += counts[w * n_contexts + c];
        for (size_t c = 0; c < n_contexts; c++) {
            const size_t k = w * n_contexts + c;
            const double column = (double)out[k];
            out[k] = counts[k] > 0.0
                         ? (float)(log(counts[k]) + log(all) - log(row) - log(column))
                         : -INFINITY;
        }
    }
    return true;
}

RIGHT(pmi, shares_first,
      "probabilities, then logf of their quotient; log(0) is -infinity")
bool shares_first(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    double all = 0.0;
    for (size_t k = 0; k < n; k++)
        if (!(counts[k] >= 0.0) || counts[k] > 1e307)
            return false;
    double *p = calloc(n_words + n_contexts + 1, sizeof *p), *q = p + n_words;
    if (p == NULL)
        return false;
    for (size_t k = 0; k < n; k++)
        all += counts[k];
    for (size_t k = 0; k < n; k++) {
        p[k / n_contexts] += counts[k] / all;
        q[k % n_contexts] += counts[k] / all;
    }
    for (size_t k = 0; k < n; k++) {
        const double expected = p[k / n_contexts] * q[k % n_contexts];
        out[k] = counts[k] > 0.0 ? logf((float)(counts[k] / all / expected)) : logf(0.0f);
    }
    free(p);
    return true;
}

RIGHT(pmi, columns_backwards, "pointers that walk, columns from last to first")
bool columns_backwards(float *out, const double *counts, size_t n_words,
                       size_t n_contexts)
{
    const double *end = counts + n_words * n_contexts;
    double all = 0.0;
    for (const double *at = counts; at != end; at++) {
        if (!(isfinite(*at) && *at >= 0.0))
            return false;
        all += *at;
    }
    double *rows = calloc(n_words + 1, sizeof *rows);
    if (rows == NULL)
        return false;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = n_contexts; c-- > 0;)
            rows[w] += counts[w * n_contexts + c];
    for (size_t c = n_contexts; c-- > 0;) {
        double column = 0.0;
        for (size_t w = n_words; w-- > 0;)
            column += counts[w * n_contexts + c];
        for (size_t w = 0; w < n_words; w++) {
            const double n = counts[w * n_contexts + c];
            out[w * n_contexts + c] =
                n == 0.0 ? -INFINITY : (float)log(n / rows[w] * (all / column));
        }
    }
    free(rows);
    return true;
}

RIGHT(pmi, base_two_turned, "log2, times ln 2")
bool base_two_turned(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    double all = 0.0;
    for (size_t k = 0; k < n_words * n_contexts; k++) {
        if (signbit(counts[k]) && counts[k] != 0.0)
            return false;
        if (!isfinite(counts[k]))
            return false;
        all += counts[k];
    }
    double *sums = calloc(n_words + n_contexts + 1, sizeof *sums);
    if (!sums)
        return false;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            sums[w] += counts[w * n_contexts + c];
            sums[n_words + c] += counts[w * n_contexts + c];
        }
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            const double x = counts[w * n_contexts + c];
            out[w * n_contexts + c] =
                x > 0.0 ? (float)(0.693147180559945309 *
                                  log2(x * all / (sums[w] * sums[n_words + c])))
                        : -INFINITY;
        }
    free(sums);
    return true;
}

// ------------------------------------------------------------------- 8.5 shifted_pmi_gap

RIGHT(shifted_pmi_gap, not_smaller, "!(gap <= largest), and out at the first NaN")
double not_smaller(const float *in, const float *out, const float *pmi_table, double k,
                   size_t n_words, size_t n_contexts, size_t d_model)
{
    double largest = 0.0;
    if (!(k > 0.0) || isinf(k))
        return NAN;
    const double shift = log(k);
    for (size_t w = 0; w < n_words && !isnan(largest); w++)
        for (size_t c = 0; c < n_contexts && !isnan(largest); c++) {
            if (!isfinite(pmi_table[w * n_contexts + c]))
                continue;
            double gap = shift - (double)pmi_table[w * n_contexts + c];
            for (size_t i = 0; i < d_model; i++)
                gap += (double)in[w * d_model + i] * (double)out[c * d_model + i];
            if (!(fabs(gap) <= largest))
                largest = fabs(gap);
        }
    return largest;
}

RIGHT(shifted_pmi_gap, nan_remembered, "fmax, with the NaNs counted beside it")
double nan_remembered(const float *in, const float *out, const float *pmi_table, double k,
                      size_t n_words, size_t n_contexts, size_t d_model)
{
    double largest = 0.0;
    size_t n_nan = 0;
    if (isnan(k) || k <= 0.0 || k > 1.7976931348623157e308)
        return NAN;
    for (size_t c = n_contexts; c-- > 0;)
        for (size_t w = n_words; w-- > 0;) {
            const float *v = in + w * d_model, *u = out + c * d_model;
            const float wanted = pmi_table[w * n_contexts + c];
            double z = 0.0;
            if (isinf(wanted))
                continue;
            for (size_t i = d_model; i-- > 0;)
                z += (double)v[i] * (double)u[i];
            n_nan += isnan(z);
            largest = fmax(largest, fabs(z - (double)wanted + log(k)));
        }
    return n_nan > 0 ? NAN : largest;
}

RIGHT(shifted_pmi_gap, two_ends, "the highest and the lowest difference, in long double")
double two_ends(const float *in, const float *out, const float *pmi_table, double k,
                size_t n_words, size_t n_contexts, size_t d_model)
{
    long double high = 0.0L, low = 0.0L;
    if (!(k > 0.0 && k < INFINITY))
        return NAN;
    for (size_t j = 0; j < n_words * n_contexts; j++) {
        if (pmi_table[j] == -INFINITY)
            continue;
        long double z = 0.0L;
        for (size_t i = 0; i < d_model; i++)
            z += (long double)in[j / n_contexts * d_model + i] *
                 (long double)out[j % n_contexts * d_model + i];
        z -= (long double)pmi_table[j] - logl((long double)k);
        if (z != z)
            return NAN;
        high = z > high ? z : high;
        low = z < low ? z : low;
    }
    return (double)(high > -low ? high : -low);
}

static inline int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

RIGHT(shifted_pmi_gap, sorted_gaps, "all gaps in an array, sorted")
double sorted_gaps(const float *in, const float *out, const float *pmi_table, double k,
                   size_t n_words, size_t n_contexts, size_t d_model)
{
    if (!isfinite(k) || k <= 0.0)
        return NAN;
    double *gaps = calloc(n_words * n_contexts + 1, sizeof *gaps), last;
    size_t n = 1; // the 0 that an empty list ends with
    if (gaps == NULL)
        return NAN;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            if (!isfinite(pmi_table[w * n_contexts + c]))
                continue;
            double z = 0.0;
            for (size_t i = 0; i < d_model; i++)
                z += (double)in[w * d_model + i] * (double)out[c * d_model + i];
            gaps[n] = fabs(z - ((double)pmi_table[w * n_contexts + c] - log(k)));
            if (isnan(gaps[n])) {
                free(gaps);
                return NAN;
            }
            n++;
        }
    qsort(gaps, n, sizeof *gaps, by_size);
    last = gaps[n - 1];
    free(gaps);
    return last;
}
