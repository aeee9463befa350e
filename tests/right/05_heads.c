// Other right answers to the exercises of chapter 5: ways to write them that differ from the
// solutions', and that the tests must accept. answers.h says how they are listed.
#include <assert.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
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

RIGHT(tied_backward, half_after_half,
      "first the whole input half, summed in double, then the whole output half")
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

RIGHT(tied_backward, backwards_with_pointers,
      "the words from the last to the first, pointers that walk")
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

static bool is_first(const uint32_t *ids, size_t t)
{
    size_t first = 0;
    while (ids[first] != ids[t])
        first++;
    return first == t;
}

RIGHT(tied_backward, both_as_a_matrix,
      "(A + A^T) times the table, where row x of A collects the dlogits of a word that "
      "is read")
bool both_as_a_matrix(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    double *a = malloc((vocab_size + 1) * sizeof *a);
    for (size_t t = 0; a != NULL && t < n_tokens; t++) {
        const size_t x = ids[t];
        if (!is_first(ids, t))
            continue;
        memset(a, 0, vocab_size * sizeof *a);
        for (size_t s = t; s < n_tokens; s++)
            for (size_t v = 0; ids[s] == x && v < vocab_size; v++)
                a[v] += (double)dlogits[s * vocab_size + v];
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += (float)(a[v] * (double)wte[v * d_model + i]);
                dwte[v * d_model + i] += (float)(a[v] * (double)wte[x * d_model + i]);
            }
    }
    free(a);
    return true;
}

RIGHT(tied_backward, zeros_skipped,
      "asserts, and a slope of 0 that is not looked at twice")
bool zeros_skipped(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    for (size_t t = n_tokens; t-- > 0;)
        if (!(ids[t] < vocab_size))
            return false;
    assert(n_tokens == 0 || vocab_size > 0);
    for (size_t k = 0; k < n_tokens * vocab_size; k++) {
        const size_t x = ids[k / vocab_size], v = k % vocab_size;
        if (dlogits[k] == 0.0f)
            continue;
        assert(x < vocab_size && v < vocab_size);
        for (size_t i = 0; i < d_model; i++) {
            const float of_x = dlogits[k] * wte[v * d_model + i],
                        of_v = dlogits[k] * wte[x * d_model + i];
            dwte[x * d_model + i] += of_x;
            dwte[v * d_model + i] += of_v;
        }
    }
    return true;
}

RIGHT(tied_backward, sums_beside,
      "all sums in memory of its own, added to dwte at the end")
bool sums_beside(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
                 size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    double *sums = calloc(n + 1, sizeof *sums);
    bool good = sums != NULL;
    for (size_t t = 0; good && t < n_tokens; t++) {
        const size_t x = ids[t];
        good = x < vocab_size;
        for (size_t v = 0; good && v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const double slope = (double)dlogits[t * vocab_size + v];
                sums[x * d_model + i] += slope * (double)wte[v * d_model + i];
                sums[v * d_model + i] += slope * (double)wte[x * d_model + i];
            }
    }
    for (size_t k = 0; good && k < n; k++)
        dwte[k] += (float)sums[k];
    free(sums);
    return good;
}

static void halves_of(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    if (n_tokens > 1) {
        const size_t half = n_tokens / 2;
        halves_of(dwte, dlogits, wte, ids, half, vocab_size, d_model);
        halves_of(dwte, dlogits + half * vocab_size, wte, ids + half, n_tokens - half,
                  vocab_size, d_model);
    } else if (n_tokens == 1)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                dwte[*ids * d_model + i] += dlogits[v] * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogits[v] * wte[*ids * d_model + i];
            }
}

RIGHT(tied_backward, half_a_text_each, "the text cut into halves, and these again")
bool half_a_text_each(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    halves_of(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
    return true;
}

RIGHT(tied_backward, put_back_from_the_heap,
      "adds while it checks, and puts the old table back where an id is bad")
bool put_back_from_the_heap(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    const size_t bytes = vocab_size * d_model * sizeof *dwte;
    float *old = malloc(bytes + 1);
    if (old == NULL)
        return false;
    memcpy(old, dwte, bytes);
    size_t t = 0;
    for (; t < n_tokens && ids[t] < vocab_size; t++)
        halves_of(dwte, dlogits + t * vocab_size, wte, ids + t, 1, vocab_size, d_model);
    if (t < n_tokens)
        memcpy(dwte, old, bytes);
    free(old);
    return t == n_tokens;
}

static void jump_if_bad(const uint32_t *ids, size_t n, size_t vocab_size, jmp_buf out)
{
    while (n-- > 0)
        if (!(*ids++ < vocab_size))
            longjmp(out, 1);
}

RIGHT(tied_backward, out_by_a_jump, "a jump out where an id is bad, and fused sums")
bool out_by_a_jump(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    jmp_buf out;
    if (setjmp(out))
        return false;
    jump_if_bad(ids, n_tokens, vocab_size, out);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const size_t to_x = ids[t] * d_model, to_v = v * d_model;
            const float slope = dlogits[t * vocab_size + v];
            for (size_t i = 0; i < d_model && ids[t] == v; i++)
                dwte[to_x + i] = fmaf(2.0f * slope, wte[to_x + i], dwte[to_x + i]);
            for (size_t i = 0; i < d_model && ids[t] != v; i++) {
                dwte[to_x + i] = fmaf(slope, wte[to_v + i], dwte[to_x + i]);
                dwte[to_v + i] = fmaf(slope, wte[to_x + i], dwte[to_v + i]);
            }
        }
    return true;
}

// ----------------------------------------------------------- 5.2 tied_projection_backward

RIGHT(tied_projection_backward, rows_of_h, "whole rows of h and dh in memory of its own")
bool rows_of_h(float *dwte, float *dm, const float *dlogits, const float *wte,
               const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
               size_t d_model)
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

RIGHT(tied_projection_backward, columns_outside,
      "the loop over the columns outermost, positions inside")
bool columns_outside(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
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

RIGHT(tied_projection_backward, matrices_of_the_text,
      "all of h and dh first, then three products, one behind the other")
bool matrices_of_the_text(float *dwte, float *dm, const float *dlogits, const float *wte,
                          const float *m, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float *h = calloc(n_tokens * d_model + 1, sizeof *h);
    float *dh = calloc(n_tokens * d_model + 1, sizeof *dh);
    for (size_t t = 0; h != NULL && dh != NULL && t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            for (size_t i = 0; i < d_model; i++)
                h[t * d_model + j] += wte[ids[t] * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++)
                dh[t * d_model + j] += dlogits[t * vocab_size + v] * wte[v * d_model + j];
        }
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t j = 0; j < d_model; j++)
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h[t * d_model + j];
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            for (size_t j = 0; j < d_model; j++)
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh[t * d_model + j];
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t j = 0; j < d_model; j++)
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh[t * d_model + j];
    free(h);
    free(dh);
    return true;
}

RIGHT(tied_projection_backward, h_once_a_word,
      "h again only where the id changes, in memory that lasts as long as the call")
bool h_once_a_word(float *dwte, float *dm, const float *dlogits, const float *wte,
                   const float *m, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    double *h = malloc((2 * d_model + 1) * sizeof *h), *dh = h + d_model;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x = wte + ids[t] * d_model;
        for (size_t j = 0; (t == 0 || ids[t] != ids[t - 1]) && j < d_model; j++) {
            h[j] = 0.0;
            for (size_t i = 0; i < d_model; i++)
                h[j] += (double)x[i] * (double)m[i * d_model + j];
        }
        for (size_t j = 0; j < d_model; j++) {
            dh[j] = 0.0;
            for (size_t v = 0; v < vocab_size; v++) {
                const double slope = (double)dlogits[t * vocab_size + v];
                dh[j] += slope * (double)wte[v * d_model + j];
                dwte[v * d_model + j] += (float)(slope * h[j]);
            }
        }
        for (size_t i = 0; i < d_model; i++)
            for (size_t j = 0; j < d_model; j++) {
                dwte[ids[t] * d_model + i] += (float)((double)m[i * d_model + j] * dh[j]);
                dm[i * d_model + j] += (float)((double)x[i] * dh[j]);
            }
    }
    free(h);
    return true;
}

RIGHT(tied_projection_backward, blocks_of_eight,
      "the sum over the words in blocks of eight")
bool blocks_of_eight(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const float *slopes = dlogits + t * vocab_size, *x = wte + ids[t] * d_model;
            float h = 0.0f, dh = 0.0f;
            for (size_t i = d_model; i-- > 0;)
                h += m[i * d_model + j] * x[i];
            for (size_t first = 0; first < vocab_size; first += 8) {
                const size_t end = first + 8 < vocab_size ? first + 8 : vocab_size;
                float part = 0.0f;
                for (size_t v = first; v < end; v++)
                    part += slopes[v] * wte[v * d_model + j];
                dh += part;
            }
            for (size_t v = 0; v < vocab_size; v++)
                dwte[v * d_model + j] += h * slopes[v];
            for (size_t i = 0; i < d_model; i++)
                dwte[ids[t] * d_model + i] += dh * m[i * d_model + j];
            for (size_t i = 0; i < d_model; i++)
                dm[i * d_model + j] += dh * x[i];
        }
    return true;
}

// --------------------------------------------------------------- 5.3 gpt2_parameter_count

RIGHT(gpt2_parameter_count, part_by_part,
      "every tensor of the model, one after the other")
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
bool factored(uint64_t *n_params, size_t vocab_size, size_t max_seq_len, size_t n_layers,
              size_t d_model, bool qkv_bias, bool tied)
{
    if (!vocab_size || !max_seq_len || !d_model)
        return false;
    uint64_t in_a_column = (uint64_t)vocab_size * (tied ? 1u : 2u) + max_seq_len + 2u;
    in_a_column +=
        (uint64_t)n_layers * (12u * (uint64_t)d_model + (qkv_bias ? 13u : 10u));
    *n_params = in_a_column * d_model;
    return true;
}

static uint64_t layers_of(uint64_t n_layers, uint64_t d, bool qkv_bias)
{
    if (n_layers == 0)
        return 0;
    if (n_layers == 1)
        return 2 * d + (3 * d * d + (qkv_bias ? 3 * d : 0)) + (d * d + d) + 2 * d +
               (4 * d * d + 4 * d) + (4 * d * d + d);
    return layers_of(n_layers / 2, d, qkv_bias) +
           layers_of(n_layers - n_layers / 2, d, qkv_bias);
}

RIGHT(gpt2_parameter_count, layers_in_halves, "the layers counted by halves, down to one")
bool layers_in_halves(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                      size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (!(vocab_size > 0 && max_seq_len > 0 && d_model > 0))
        return false;
    *n_params = (uint64_t)vocab_size * d_model;
    *n_params += tied ? 0 : *n_params;
    *n_params += (uint64_t)max_seq_len * d_model + 2 * (uint64_t)d_model;
    *n_params += layers_of(n_layers < 4096 ? n_layers : 4096, d_model, qkv_bias);
    if (n_layers > 4096)
        *n_params += (n_layers - 4096) * layers_of(1, d_model, qkv_bias);
    return true;
}

RIGHT(gpt2_parameter_count, from_a_table,
      "a static table of weights and biases in units of d")
bool from_a_table(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                  size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    static const struct {
        unsigned squares, ds, is_qkv;
    } parts[] = {{0, 2, 0}, {3, 3, 1}, {1, 1, 0}, {0, 2, 0}, {4, 4, 0}, {4, 1, 0}};
    uint64_t of_layer = 0, of_tables = 0;
    if (vocab_size * max_seq_len * d_model == 0 &&
        (vocab_size == 0 || max_seq_len == 0 || d_model == 0))
        return false;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        of_layer += parts[k].squares * (uint64_t)d_model * d_model;
        if (!parts[k].is_qkv || qkv_bias)
            of_layer += parts[k].ds * (uint64_t)d_model;
    }
    for (int table = tied ? 1 : 0; table < 2; table++)
        of_tables += (uint64_t)vocab_size * d_model;
    *n_params = of_layer * n_layers + of_tables + (max_seq_len + (uint64_t)2) * d_model;
    return true;
}

// ------------------------------------------------------------------- 5.4 entropy_at_scale

RIGHT(entropy_at_scale, in_one_pass,
      "one pass, the sums rescaled whenever a larger score turns up")
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

RIGHT(entropy_at_scale, with_probabilities,
      "the definition, with an array of probabilities")
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

RIGHT(entropy_at_scale, stretched_first,
      "h stretched first, in float, then products in float, and sums in double")
float stretched_first(const float *h, const float *wte, float scale, size_t vocab_size,
                      size_t d_model)
{
    float *stretched = malloc((d_model + 1) * sizeof *stretched);
    double *z = malloc((vocab_size + 1) * sizeof *z);
    double largest = 0.0, sum = 0.0, entropy = 0.0;
    for (size_t i = 0; i < d_model; i++)
        stretched[i] = scale * h[i];
    for (size_t v = 0; v < vocab_size; v++) {
        z[v] = 0.0;
        for (size_t i = 0; i < d_model; i++)
            z[v] += stretched[i] * wte[v * d_model + i];
        if (v == 0 || z[v] > largest)
            largest = z[v];
    }
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp(z[v] - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double p = exp(z[v] - largest) / sum;
        entropy += p > 0.0 ? -p * log(p) : 0.0;
    }
    free(stretched);
    free(z);
    return vocab_size == 0 || d_model == 0 ? NAN : (float)entropy;
}

RIGHT(entropy_at_scale, expected_loss,
      "the mean of log S - z, weighted by the probabilities")
float expected_loss(const float *h, const float *wte, float scale, size_t vocab_size,
                    size_t d_model)
{
    if (!vocab_size || !d_model)
        return nanf("");
    size_t best = 0;
    const double sign = scale < 0.0f ? -1.0 : 1.0;
    for (size_t v = 1; v < vocab_size; v++)
        if (sign * dot(h, wte + v * d_model, d_model) >
            sign * dot(h, wte + best * d_model, d_model))
            best = v;
    double all = 0.0, loss = 0.0;
    const double top = (double)scale * dot(h, wte + best * d_model, d_model);
    for (size_t v = vocab_size; v-- > 0;)
        all += exp((double)scale * dot(h, wte + v * d_model, d_model) - top);
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * dot(h, wte + v * d_model, d_model) - top;
        loss += exp(z - log(all)) * (log(all) - z);
    }
    return (float)loss;
}

static double scores_sum(const double *z, size_t n, double largest, double *weighted)
{
    if (n == 0)
        return 0.0;
    if (n == 1) {
        *weighted += (z[0] - largest) * exp(z[0] - largest);
        return exp(z[0] - largest);
    }
    return scores_sum(z, n / 2, largest, weighted) +
           scores_sum(z + n / 2, n - n / 2, largest, weighted);
}

RIGHT(entropy_at_scale, by_halves, "sums by halves of halves, and -DBL_MAX to begin with")
float by_halves(const float *h, const float *wte, float scale, size_t vocab_size,
                size_t d_model)
{
    double *z = calloc(vocab_size + 1, sizeof *z), largest = -DBL_MAX, weighted = 0.0;
    float entropy = NAN;
    for (size_t v = 0; z != NULL && v < vocab_size; v++) {
        z[v] = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = largest < z[v] ? z[v] : largest;
    }
    if (z != NULL && vocab_size > 0 && d_model > 0) {
        const double sum = scores_sum(z, vocab_size, largest, &weighted);
        entropy = (float)(log(sum) - weighted / sum);
    }
    free(z);
    return entropy;
}

RIGHT(entropy_at_scale, the_best_apart,
      "the best word apart, log1p of all the others, in memory for the scores")
float the_best_apart(const float *h, const float *wte, float scale, size_t vocab_size,
                     size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double *z = malloc(vocab_size * sizeof *z), others = 0.0, weighted = 0.0;
    assert(z != NULL);
    size_t best = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        z[v] = 0.0;
        for (size_t i = d_model; i-- > 0;)
            z[v] += (double)scale * (double)h[i] * (double)wte[v * d_model + i];
        best = z[v] > z[best] ? v : best;
    }
    for (size_t v = 0; v < vocab_size; v++)
        if (v != best) {
            others += exp(z[v] - z[best]);
            weighted += (z[best] - z[v]) * exp(z[v] - z[best]);
        }
    free(z);
    return (float)(log1p(others) + weighted / (1.0 + others));
}

// ------------------------------------------------------------------------- 5.5 logit_lens

RIGHT(logit_lens, inserted_in_order,
      "one pass, each word put into its place among the best so far")
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

RIGHT(logit_lens, looked_for_in_top, "looks through top for the words that were chosen")
bool looked_for_in_top(uint32_t *top, const float *h, const float *wte, size_t n_top,
                       size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || vocab_size == 0 || d_model == 0 || n_top > vocab_size)
        return false;
    double *z = malloc(vocab_size * sizeof *z);
    for (size_t v = 0; v < vocab_size; v++)
        z[v] = dot(h, wte + v * d_model, d_model);
    for (size_t k = 0; k < n_top; k++) {
        size_t best = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            bool better = best == vocab_size || z[v] > z[best];
            for (size_t chosen = 0; better && chosen < k; chosen++)
                better = top[chosen] != v;
            if (better)
                best = v;
        }
        top[k] = (uint32_t)best;
    }
    free(z);
    return true;
}

RIGHT(logit_lens, marked_as_used,
      "a mark for each word, from -INFINITY and from the last word")
bool marked_as_used(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    if (n_top < 1 || n_top > vocab_size || d_model < 1)
        return false;
    bool *used = calloc(vocab_size, sizeof *used);
    for (size_t k = 0; k < n_top; k++) {
        double most = -INFINITY;
        for (size_t v = vocab_size; v-- > 0;) {
            const double z = used[v] ? -INFINITY : dot(h, wte + v * d_model, d_model);
            if (!used[v] && z >= most) {
                most = z;
                top[k] = (uint32_t)v;
            }
        }
        used[top[k]] = true;
    }
    free(used);
    return true;
}

// A heap of the best so far: the worst of them is at its root.
static bool is_worse(const struct scored *a, const struct scored *b)
{
    return best_first(a, b) > 0;
}

static void sink(struct scored *heap, size_t at, size_t n)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &heap[at]))
            return;
        const struct scored exchange = heap[at];
        heap[at] = heap[child];
        heap[child] = exchange;
    }
}

RIGHT(logit_lens, kept_in_a_heap,
      "a heap of n_top words, emptied from the worst to the best")
bool kept_in_a_heap(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    struct scored *heap = malloc(n_top * sizeof *heap);
    for (size_t v = 0; v < vocab_size; v++) {
        const struct scored word = {dot(h, wte + v * d_model, d_model), (uint32_t)v};
        if (v < n_top)
            heap[v] = word;
        if (v + 1 == n_top)
            for (size_t at = n_top; at-- > 0;)
                sink(heap, at, n_top);
        if (v >= n_top && is_worse(&heap[0], &word)) {
            heap[0] = word;
            sink(heap, 0, n_top);
        }
    }
    for (size_t n = n_top; n > 0; n--) {
        top[n - 1] = heap[0].v;
        heap[0] = heap[n - 1];
        sink(heap, 0, n - 1);
    }
    free(heap);
    return true;
}

// The ids in a[0 ... n - 1] sorted by logit; of equal ones the first stays before the other.
static void merge_sorted(uint32_t *a, uint32_t *room, const double *z, size_t n)
{
    const size_t half = n / 2;
    if (n < 2)
        return;
    merge_sorted(a, room, z, half);
    merge_sorted(a + half, room, z, n - half);
    for (size_t i = 0, j = half, k = 0; k < n; k++)
        room[k] = j == n || (i < half && z[a[i]] >= z[a[j]]) ? a[i++] : a[j++];
    memcpy(a, room, n * sizeof *a);
}

RIGHT(logit_lens, merged,
      "all words sorted by halves, which keeps the order of equal ones")
bool merged(uint32_t *top, const float *h, const float *wte, size_t n_top,
            size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || vocab_size < n_top || d_model == 0)
        return false;
    double *z = calloc(vocab_size, sizeof *z);
    uint32_t *ids = malloc(2 * vocab_size * sizeof *ids);
    assert(z != NULL && ids != NULL);
    for (size_t v = 0; v < vocab_size; v++) {
        ids[v] = (uint32_t)v;
        for (size_t i = 0; i < d_model; i++)
            z[v] = fma((double)h[i], (double)wte[v * d_model + i], z[v]);
    }
    merge_sorted(ids, ids + vocab_size, z, vocab_size);
    memcpy(top, ids, n_top * sizeof *top);
    free(z);
    free(ids);
    return true;
}

RIGHT(
    entropy_at_scale, by_log_shares,
    "each share as e^ of its logarithm, which is the score less the logarithm of the sum")
float by_log_shares(const float *h, const float *wte, float scale, size_t vocab_size,
                    size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double *z = malloc(vocab_size * sizeof *z), largest = -INFINITY, sum = 0.0;
    double entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        z[v] = 0.0;
        for (size_t i = d_model; i-- > 0;)
            z[v] += (double)h[i] * (double)wte[v * d_model + i];
        z[v] *= (double)scale;
        largest = fmax(largest, z[v]);
    }
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp(z[v] - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double log_share = z[v] - largest - log(sum);
        entropy -= exp(log_share) * log_share;
    }
    free(z);
    return (float)entropy;
}
