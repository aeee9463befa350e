#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float dlogit = dlogits[t * vocab_size + v];
            const float *wte_x = wte + ids[t] * d_model, *wte_v = wte + v * d_model;
            float *dwte_x = dwte + ids[t] * d_model, *dwte_v = dwte + v * d_model;
            for (size_t i = 0; i < d_model; i++) {
                dwte_x[i] += dlogit * wte_v[i];
                dwte_v[i] += dlogit * wte_x[i];
            }
        }
    return true;
}

/*
What to notice: the two additions are each other's mirror image, and where $v$ is the
word that was read nothing special is needed: `dwte_x` and `dwte_v` are then the same row,
it gets the same amount twice, and that is right. The ids pick one row for each position,
but $v$ runs over all of them: this is why no row of a tied table ever stands still.
*/

bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const float *x = wte + ids[t] * d_model,
                        *dlogits_t = dlogits + t * vocab_size;
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += x[i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits_t[v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits_t[v] * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += x[i] * dh;
            }
        }
    return true;
}

/*
What to notice: because the loop over $j$ stands outside, `h` and `dh` are single
numbers, and no memory is needed for them. The price is that the inner loops step from
row to row, down a column. The fast products that read the novel do the same sums row
by row, with room for all of `h` and `dh`; `make bench` says how many times as fast.
*/

bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model, wte = vocab_size * d, wpe = max_seq_len * d;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = wte + wpe + n_layers * layer + 2 * d + (tied ? 0 : wte);
    return true;
}

/*
What to notice: tying is the only place where a parameter is *used* twice and counted
once. As soon as `d` is a `uint64_t`, every product with it is computed in 64 bits, on
any machine.
*/

// scale * (h . row)
static double scaled_score(const float *h, const float *row, double scale, size_t d_model)
{
    double sum = 0.0;
    for (size_t i = 0; i < d_model; i++)
        sum += (double)h[i] * (double)row[i];
    return scale * sum;
}

float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest =
            fmax(largest, scaled_score(h, wte + v * d_model, (double)scale, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        double z = scaled_score(h, wte + v * d_model, (double)scale, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

/*
What to notice: after the subtraction the largest score is 0, so one of the terms of
`sum` is 1, and the logarithm is safe whatever the scores were. Where $e^z$ is too small
for a `double`, it is 0, and so is $z e^z$: no special case. The scores are computed
twice, which costs time and saves memory.
*/

bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -INFINITY;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = scaled_score(h, wte + v * d_model, 1.0, d_model);
            bool later = k == 0 || z < last || (z == last && v > top[k - 1]);
            if (later && (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

/*
What to notice: the words stand in an order without ties, first by logit, then by id;
so "what comes after the last one" has one answer, and no list of used words is needed.
For a few words out of two thousand this is quick. For all of them, sort.
*/
