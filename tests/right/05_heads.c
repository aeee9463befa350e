// Other right answers to the exercises of chapter 5: ways to write them that differ from the
// solutions', and that the tests must accept. Each stands in its own #ifdef and names its
// exercise; build/prove links one of them at a time before the solutions.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool all_below(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    return true;
}

static inline double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

// ---------------------------------------------------------------------- 5.1 tied_backward

RIGHT(tied_backward, half_after_half, "first the whole input half, summed in double, then the whole output half")
bool half_after_half(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            double sum = 0.0;
            for (size_t v = 0; v < vocab_size; v++)
                sum += (double)dlogits[t * vocab_size + v] * (double)wte[v * d_model + i];
            dwte[ids[t] * d_model + i] =
                (float)((double)dwte[ids[t] * d_model + i] + sum);
        }
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d_model; i++) {
            double sum = 0.0;
            for (size_t t = 0; t < n_tokens; t++)
                sum += (double)dlogits[t * vocab_size + v] *
                       (double)wte[ids[t] * d_model + i];
            dwte[v * d_model + i] = (float)((double)dwte[v * d_model + i] + sum);
        }
    return true;
}

RIGHT(tied_backward, backwards_with_pointers, "the words from the last to the first, pointers that walk")
bool backwards_with_pointers(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t v = vocab_size; v-- > 0;)
        for (const uint32_t *id = ids, *end = ids + n_tokens; id < end; id++) {
            float slope = dlogits[(size_t)(id - ids) * vocab_size + v];
            for (size_t i = d_model; i-- > 0;) {
                dwte[v * d_model + i] += wte[*id * d_model + i] * slope;
                dwte[*id * d_model + i] += wte[v * d_model + i] * slope;
            }
        }
    return true;
}

RIGHT(tied_backward, both_as_a_matrix, "(A + A^T) times the table, where A[x][v] collects the dlogits of word x")
bool both_as_a_matrix(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    double *a = calloc(vocab_size * vocab_size + 1, sizeof *a);
    if (a == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            a[ids[t] * vocab_size + v] += (double)dlogits[t * vocab_size + v];
            a[v * vocab_size + ids[t]] += (double)dlogits[t * vocab_size + v];
        }
    for (size_t x = 0; x < vocab_size; x++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++)
                dwte[x * d_model + i] +=
                    (float)a[x * vocab_size + v] * wte[v * d_model + i];
    free(a);
    return true;
}

// ----------------------------------------------------------- 5.2 tied_projection_backward

RIGHT(tied_projection_backward, rows_of_h, "whole rows of h and dh in memory of its own")
bool rows_of_h(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    double *h = calloc(2 * d_model + 1, sizeof *h), *dh = h + d_model;
    if (h == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x = wte + ids[t] * d_model, *slopes = dlogits + t * vocab_size;
        memset(h, 0, 2 * d_model * sizeof *h);
        for (size_t i = 0; i < d_model; i++)
            for (size_t j = 0; j < d_model; j++)
                h[j] += (double)x[i] * (double)m[i * d_model + j];
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t j = 0; j < d_model; j++) {
                dh[j] += (double)slopes[v] * (double)wte[v * d_model + j];
                dwte[v * d_model + j] += (float)((double)slopes[v] * h[j]);
            }
        for (size_t i = 0; i < d_model; i++) {
            double sum = 0.0;
            for (size_t j = 0; j < d_model; j++) {
                sum += (double)m[i * d_model + j] * dh[j];
                dm[i * d_model + j] += (float)((double)x[i] * dh[j]);
            }
            dwte[ids[t] * d_model + i] += (float)sum;
        }
    }
    free(h);
    return true;
}

RIGHT(tied_projection_backward, columns_outside, "the loop over the columns outermost, positions inside")
bool columns_outside(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = d_model; j-- > 0;)
        for (size_t t = n_tokens; t-- > 0;) {
            const float *x = wte + ids[t] * d_model;
            double h = 0.0, dh = 0.0;
            for (size_t i = 0; i < d_model; i++)
                h += (double)x[i] * (double)m[i * d_model + j];
            for (size_t v = vocab_size; v-- > 0;)
                dh += (double)dlogits[t * vocab_size + v] * (double)wte[v * d_model + j];
            for (size_t i = 0; i < d_model; i++)
                dm[i * d_model + j] += (float)((double)x[i] * dh);
            for (size_t i = 0; i < d_model; i++)
                dwte[ids[t] * d_model + i] += (float)((double)m[i * d_model + j] * dh);
            for (size_t v = 0; v < vocab_size; v++)
                dwte[v * d_model + j] += (float)((double)dlogits[t * vocab_size + v] * h);
        }
    return true;
}

// --------------------------------------------------------------- 5.3 gpt2_parameter_count

RIGHT(gpt2_parameter_count, part_by_part, "every tensor of the model, one after the other")
bool part_by_part(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model;
    uint64_t n = (uint64_t)vocab_size * d;
    n += (uint64_t)max_seq_len * d;
    for (size_t layer = 0; layer < n_layers; layer++) {
        n += d + d;
        n += d * 3 * d;
        if (qkv_bias)
            n += 3 * d;
        n += d * d + d;
        n += d + d;
        n += d * 4 * d + 4 * d;
        n += 4 * d * d + d;
    }
    n += d + d;
    if (!tied)
        n += (uint64_t)vocab_size * d;
    *n_params = n;
    return true;
}

RIGHT(gpt2_parameter_count, factored, "d_model taken out of everything")
bool factored(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (!vocab_size || !max_seq_len || !d_model)
        return false;
    uint64_t in_a_column = (uint64_t)vocab_size * (tied ? 1u : 2u) + max_seq_len + 2u;
    in_a_column +=
        (uint64_t)n_layers * (12u * (uint64_t)d_model + (qkv_bias ? 13u : 10u));
    *n_params = in_a_column * d_model;
    return true;
}

// ------------------------------------------------------------------- 5.4 entropy_at_scale

RIGHT(entropy_at_scale, in_one_pass, "one pass, the sums rescaled whenever a larger score turns up")
float in_one_pass(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = (double)scale * dot(h, wte, d_model), sum = 1.0, weighted = 0.0;
    for (size_t v = 1; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        if (z > largest) {
            double shrink = exp(largest - z);
            weighted = shrink * (weighted + sum * (largest - z));
            sum *= shrink;
            largest = z;
        }
        sum += exp(z - largest);
        weighted += (z - largest) * exp(z - largest);
    }
    return (float)(log(sum) - weighted / sum);
}

RIGHT(entropy_at_scale, with_probabilities, "the definition, with an array of probabilities")
float with_probabilities(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    double *p = vocab_size == 0 || d_model == 0 ? NULL : calloc(vocab_size, sizeof *p);
    if (p == NULL)
        return NAN;
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        p[v] = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = p[v] > largest ? p[v] : largest;
    }
    for (size_t v = 0; v < vocab_size; v++)
        sum += p[v] = exp(p[v] - largest);
    for (size_t v = 0; v < vocab_size; v++)
        if (p[v] > 0.0)
            entropy -= p[v] / sum * log(p[v] / sum);
    free(p);
    return (float)entropy;
}

// ------------------------------------------------------------------------- 5.5 logit_lens

RIGHT(logit_lens, inserted_in_order, "one pass, each word put into its place among the best so far")
bool inserted_in_order(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    size_t n = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = dot(h, wte + v * d_model, d_model);
        size_t k = n < n_top ? n++ : n_top;
        while (k > 0 && dot(h, wte + top[k - 1] * d_model, d_model) < z) {
            if (k < n_top)
                top[k] = top[k - 1];
            k--;
        }
        if (k < n_top)
            top[k] = (uint32_t)v;
    }
    return true;
}

struct scored {
    double z;
    uint32_t v;
};

static int best_first(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->z < y->z || x->z > y->z)
        return x->z < y->z ? 1 : -1;
    return x->v < y->v ? -1 : 1;
}

RIGHT(logit_lens, sorted, "sorts all words with qsort")
bool sorted(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    struct scored *all = calloc(vocab_size, sizeof *all);
    if (all == NULL)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        all[v] = (struct scored){dot(h, wte + v * d_model, d_model), (uint32_t)v};
    qsort(all, vocab_size, sizeof *all, best_first);
    for (size_t k = 0; k < n_top; k++)
        top[k] = all[k].v;
    free(all);
    return true;
}
