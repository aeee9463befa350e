// Wrong answers to the exercises of chapter 5, each as somebody really writes it.
//
// Each stands in its own #ifdef and names the test that must fail and words that the failing
// test's message must hold. build/prove links one of them at a time before the solutions, so
// the other exercises stay solved, and must pass.
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

// --------------------------------------------------------------------- 5.1 tied_backward

#ifdef INPUT_HALF_ONLY
// tied_backward / worked_example: "The output half is missing"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
            }
    return true;
}
#endif

#ifdef OUTPUT_HALF_ONLY
// tied_backward / worked_example: "The input half is missing"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef SETS
// tied_backward / adds_to_what_is_there: "What dwte held before is lost"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        dwte[k] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef LAST_WORD_ONLY
// tied_backward / finite_differences: "got"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] = dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef POSITION_FOR_ID
// tied_backward / reference_gradient: "row t for row ids[t]"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = t % vocab_size;
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef DLOGITS_TRANSPOSED
// tied_backward / stays_in_bounds: "read as [vocab_size][n_tokens]"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[v * n_tokens + t];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef ROLES_EXCHANGED
// tied_backward / reference_gradient: "The roles are exchanged"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[x * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[v * d_model + i];
            }
    return true;
}
#endif

#ifdef NOT_WITH_ITSELF
// tied_backward / worked_example: "pair of a word with itself"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                if (v == x)
                    continue;
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef ONCE_WITH_ITSELF
// tied_backward / random_shapes: "got"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                if (v != x)
                    dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef READS_GRADIENT
// tied_backward / random_shapes: "reads dwte where wte belongs"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * dwte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef MEAN_OF_HALVES
// tied_backward / reference_gradient: "mean of the two halves"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += 0.5f * dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += 0.5f * dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef DIVIDES_AGAIN
// tied_backward / reference_gradient: "already divided by n_tokens"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v] / (float)n_tokens;
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef SUBTRACTS
// tied_backward / worked_example: "The sign is turned"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] -= dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] -= dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef WORD_KEEPS_LAST
// tied_backward / random_shapes: "Of an id that occurs again"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t x = 0; x < vocab_size; x++) {
        size_t last = n_tokens; // "each row is read once"
        for (size_t t = 0; t < n_tokens; t++)
            last = ids[t] == x ? t : last;
        for (size_t v = 0; last < n_tokens && v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++)
                dwte[x * d_model + i] +=
                    dlogits[last * vocab_size + v] * wte[v * d_model + i];
    }
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++)
                dwte[v * d_model + i] +=
                    dlogits[t * vocab_size + v] * wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef NO_CHECK
// tied_backward / refuses_bad_ids: "must return false"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t] < vocab_size ? ids[t] : 0;
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef CHECKS_TOO_LATE
// tied_backward / refuses_bad_ids: "must stay untouched"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] +=
                    dlogits[t * vocab_size + v] * wte[v * d_model + i];
                dwte[v * d_model + i] +=
                    dlogits[t * vocab_size + v] * wte[ids[t] * d_model + i];
            }
    }
    return true;
}
#endif

#ifdef ALLOWS_ONE_MORE
// tied_backward / refuses_bad_ids: "must return false"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t] % vocab_size;
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef REFUSES_NO_IDS
// tied_backward / accepts_no_ids: "no ids"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (n_tokens == 0 || !all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

#ifdef LAST_NUMBER_MISSING
// tied_backward / random_shapes: "got"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i + 1 < d_model; i++) {
                dwte[ids[t] * d_model + i] +=
                    dlogits[t * vocab_size + v] * wte[v * d_model + i];
                dwte[v * d_model + i] +=
                    dlogits[t * vocab_size + v] * wte[ids[t] * d_model + i];
            }
    return true;
}
#endif

#ifdef A_BIT_OFF
// tied_backward / random_shapes: "got"
bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] += 1.00001f * dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] += 1.00001f * dlogit * wte[x * d_model + i];
            }
    return true;
}
#endif

// ---------------------------------------------------------- 5.2 tied_projection_backward

#ifdef M_TRANSPOSED_FORWARD
// tied_projection_backward / stays_in_bounds: "transposed on the way to h"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[j * d_model + i];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef M_TRANSPOSED_BACKWARD
// tied_projection_backward / random_shapes: "transposed in the input half"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[j * d_model + i] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef M_TRANSPOSED_TWICE
// tied_projection_backward / random_shapes: "transposed in both places"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[j * d_model + i];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[j * d_model + i] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef WITHOUT_M_BACKWARD
// tied_projection_backward / identity_matrix: "got"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef ROW_FOR_H
// tied_projection_backward / worked_example: "should get h"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * wte[x * d_model + j];
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef NO_OUTPUT_HALF
// tied_projection_backward / worked_example: "The output half is missing"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                (void)h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef NO_INPUT_HALF
// tied_projection_backward / worked_example: "The input half is missing"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef NO_DM
// tied_projection_backward / worked_example: "Nothing is added to dm"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                (void)dm;
            }
        }
    return true;
}
#endif

#ifdef DM_TRANSPOSED
// tied_projection_backward / random_shapes: "dm is transposed"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[j * d_model + i] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef DM_FROM_H
// tied_projection_backward / worked_example: "what entered the matrix"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += h * dh;
            }
        }
    return true;
}
#endif

#ifdef DM_SET
// tied_projection_backward / adds_to_what_is_there: "got"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] =
                    (t == 0 ? 0.0f : dm[i * d_model + j]) + wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef BOTH_ZEROED
// tied_projection_backward / adds_to_what_is_there: "What was there before is lost"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    memset(dwte, 0, vocab_size * d_model * sizeof *dwte);
    memset(dm, 0, d_model * d_model * sizeof *dm);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef POSITION_AS_ID
// tied_projection_backward / random_shapes: "row t for row ids[t]"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = t % vocab_size;
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef SLOPES_TRANSPOSED
// tied_projection_backward / random_shapes: "read as [vocab_size][n_tokens]"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[v * n_tokens + t];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef NEGATIVE
// tied_projection_backward / worked_example: "The sign is turned"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = -dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef WRITES_BEFORE_CHECK
// tied_projection_backward / refuses_bad_ids: "must stay untouched"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            if (ids[t] >= vocab_size)
                return false;
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef NEVER_CHECKS
// tied_projection_backward / refuses_bad_ids: "must return false"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t] < vocab_size ? ids[t] : 0;
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

#ifdef SLIGHTLY_OFF
// tied_projection_backward / finite_differences: "got"
bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                              const float *wte, const float *m, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                const float slope = 1.00002f * dlogits[t * vocab_size + v];
                dh += slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}
#endif

// -------------------------------------------------------------- 5.3 gpt2_parameter_count

#ifdef POSITIONS_TWICE
// gpt2_parameter_count / worked_example: "position table is counted twice"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + 2 * max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef POSITIONS_FORGOTTEN
// gpt2_parameter_count / worked_example: "position table is missing"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = vocab_size * d + 0 * max_seq_len + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef HEAD_ALWAYS
// gpt2_parameter_count / worked_example: "the table is counted twice"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                vocab_size * d + 0 * (uint64_t)tied;
    return true;
}
#endif

#ifdef HEAD_NEVER
// gpt2_parameter_count / worked_example: "has a head of its own"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params =
        (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d + 0 * (uint64_t)tied;
    return true;
}
#endif

#ifdef TIED_TURNED_ROUND
// gpt2_parameter_count / worked_example: "the table is counted twice"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? vocab_size * d : 0);
    return true;
}
#endif

#ifdef BIAS_TURNED_ROUND
// gpt2_parameter_count / worked_example: "wrong way round"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 3 * d : 0);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef BIAS_IGNORED
// gpt2_parameter_count / worked_example: "qkv_bias is not looked at"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d + 0 * (uint64_t)qkv_bias;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef NO_LAST_NORMALISATION
// gpt2_parameter_count / worked_example: "last normalisation is missing"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 0 +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef NORMALISATION_WITHOUT_BIAS
// gpt2_parameter_count / worked_example: "a gain and a bias"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef WEIGHTS_ONLY
// gpt2_parameter_count / worked_example: "biases and normalisations are missing"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 0 * (uint64_t)qkv_bias;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef NO_LAYER_NORMALISATION
// gpt2_parameter_count / worked_example: "two normalisations of each layer"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 9 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef ONE_LAYER_ONLY
// gpt2_parameter_count / four_sizes: "Only one layer is counted"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer =
        (12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d)) / (n_layers ? n_layers : 1);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef BIAS_MISSING_ONCE
// gpt2_parameter_count / four_sizes: "it is missing in each layer"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d -
                (qkv_bias ? 0 : 3 * d) + (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef BIAS_OF_ONE_D
// gpt2_parameter_count / worked_example: "query, key and value make 3 d_model"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef IN_32_BITS
// gpt2_parameter_count / beyond_32_bits: "above 32 bits"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint32_t d = (uint32_t)d_model, v = (uint32_t)vocab_size;
    uint32_t n = (v + (uint32_t)max_seq_len + (tied ? 0 : v)) * d;
    n += (uint32_t)n_layers * (12 * d * d + (qkv_bias ? 13 : 10) * d) + 2 * d;
    *n_params = n;
    return true;
}
#endif

#ifdef ZERO_IS_FINE
// gpt2_parameter_count / refuses_zero: "must return false"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef NO_LAYERS_REFUSED
// gpt2_parameter_count / random_models: "must return true"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    *n_params = 0;
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0 || n_layers == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef WRITES_ZERO_FIRST
// gpt2_parameter_count / refuses_zero: "must stay untouched"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    *n_params = 0;
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}
#endif

#ifdef HEAD_WITH_BIAS
// gpt2_parameter_count / worked_example: "The head has no bias"
bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d + vocab_size);
    return true;
}
#endif

// ------------------------------------------------------------------ 5.4 entropy_at_scale

#ifdef SCALE_IGNORED
// entropy_at_scale / scale_zero: "The scale is not used"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = 0.0 * (double)scale + dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = 0.0 * (double)scale + dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef SCALE_ON_BOTH
// entropy_at_scale / stays_in_bounds: "used twice"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z =
            (double)scale * (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef SCALE_AS_TEMPERATURE
// entropy_at_scale / reference_numbers: "divides by the scale"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = dot(h, wte + v * d_model, d_model) / (double)scale;
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = dot(h, wte + v * d_model, d_model) / (double)scale - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef IN_BITS
// entropy_at_scale / reference_numbers: "in bits"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)((log(sum) - weighted / sum) / log(2.0));
}
#endif

#ifdef SIGN_TURNED
// entropy_at_scale / reference_numbers: "The sign is turned"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(weighted / sum - log(sum));
}
#endif

#ifdef PERPLEXITY
// entropy_at_scale / reference_numbers: "perplexity"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(exp(log(sum) - weighted / sum));
}
#endif

#ifdef MEAN_OVER_WORDS
// entropy_at_scale / reference_numbers: "mean over the words"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)((log(sum) - weighted / sum) / (double)vocab_size);
}
#endif

#ifdef PART_OF_LOG_V
// entropy_at_scale / reference_numbers: "as a part of log V"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)((log(sum) - weighted / sum) / log((double)vocab_size));
}
#endif

#ifdef LOG_SUM_ONLY
// entropy_at_scale / reference_numbers: "only one part of the entropy"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) + largest + 0.0 * weighted);
}
#endif

#ifdef BEST_WORD_ONLY
// entropy_at_scale / reference_numbers: "log of the largest probability"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) + 0.0 * weighted);
}
#endif

#ifdef LAST_WORD_MISSING
// entropy_at_scale / reference_numbers: "The last word is missing"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size - 1; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size - 1; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef NOTHING_SUBTRACTED
// entropy_at_scale / large_scores: "subtract the largest one first"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = 0.0, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef LARGEST_BEFORE_SCALING
// entropy_at_scale / large_scores: "subtract the largest one first"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef ZERO_LOG_ZERO
// entropy_at_scale / large_scores: "p log p is 0"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        double p =
            exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) / sum;
        entropy -= p * log(p);
    }
    return (float)entropy;
}
#endif

#ifdef EMPTY_IS_ZERO
// entropy_at_scale / refuses_empty: "must return NAN"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return 0.0f;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef NO_WIDTH_IS_FINE
// entropy_at_scale / refuses_empty: "must return NAN"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef SCALE_WITHOUT_SIGN
// entropy_at_scale / random_vectors: "got"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = fabs((double)scale) * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = fabs((double)scale) * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}
#endif

#ifdef NEARLY_RIGHT
// entropy_at_scale / random_vectors: "got"
float entropy_at_scale(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = z > largest ? z : largest;
    }
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(1.00001 * (log(sum) - weighted / sum));
}
#endif

// ------------------------------------------------------------------------ 5.5 logit_lens

#ifdef SMALLEST_FIRST
// logit_lens / worked_example: "The order is upwards"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = -dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef BY_COSINE
// logit_lens / stays_in_bounds: "not divided by a length"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model) /
                       sqrt(dot(wte + v * d_model, wte + v * d_model, d_model));
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef NEAREST_ROWS
// logit_lens / random_tables: "nearest rows"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = 2 * dot(h, wte + v * d_model, d_model) -
                       dot(wte + v * d_model, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef BY_SIZE
// logit_lens / random_tables: "ignores the sign"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = fabs(dot(h, wte + v * d_model, d_model));
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef LARGER_ID_FIRST
// logit_lens / worked_example: "the smaller id comes first"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v < top[k - 1])) &&
                (found == vocab_size || z >= best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef SKIPS_TIES
// logit_lens / worked_example: "got"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last) && (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef ALWAYS_THE_BEST
// logit_lens / worked_example: "The same word stands in every place"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || true) && (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef LEAVES_OUT_THE_BEST
// logit_lens / random_tables: "The best word is left out"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        size_t before = 0;
        for (size_t w = 0; w < vocab_size; w++) {
            double gap =
                dot(h, wte + w * d_model, d_model) - dot(h, wte + v * d_model, d_model);
            before += gap > 0 || (gap == 0 && w < v);
        }
        if (before > 0 && before <= n_top) // "the best one is the word itself"
            top[before - 1] = (uint32_t)v;
        if (before == 0 && n_top == vocab_size)
            top[n_top - 1] = (uint32_t)v;
    }
    return true;
}
#endif

#ifdef IN_ORDER_OF_ID
// logit_lens / random_tables: "in the order of their ids"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    size_t k = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        size_t before = 0;
        for (size_t w = 0; w < vocab_size; w++) {
            double gap =
                dot(h, wte + w * d_model, d_model) - dot(h, wte + v * d_model, d_model);
            before += gap > 0 || (gap == 0 && w < v);
        }
        if (before < n_top)
            top[k++] = (uint32_t)v;
    }
    return true;
}
#endif

#ifdef STARTS_AT_ZERO
// logit_lens / negative_logits: "got"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0.0;
        size_t found = 0;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if (z > best && (k == 0 || z < last || (z == last && v > top[k - 1]))) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef SKIPS_WORD_0
// logit_lens / ties: "got"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = n_top < vocab_size ? 1 : 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef SUMS_IN_FLOAT
// logit_lens / sums_in_double: "Sum in double"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    float last = 0.0f;
    for (size_t k = 0; k < n_top; k++) {
        float best = 0.0f;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            volatile float z = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                z = z + h[i] * wte[v * d_model + i];
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef MORE_THAN_THERE_ARE
// logit_lens / refuses_bad_sizes: "must return false"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top > vocab_size)
        n_top = vocab_size;
    if (n_top == 0 || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef NONE_IS_FINE
// logit_lens / refuses_bad_sizes: "must return false"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top > vocab_size || vocab_size == 0 || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef NO_WIDTH_NEEDED
// logit_lens / refuses_bad_sizes: "must return false"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif

#ifdef CLEARS_FIRST
// logit_lens / refuses_bad_sizes: "must stay untouched"
bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_top; k++)
        top[k] = 0;
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = 0;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) &&
                (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}
#endif
