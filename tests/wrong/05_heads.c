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

WRONG(tied_backward, worked_example, input_half_only,
      "The output half is missing: row v gets dlogits[t][v] times the row that was "
      "read.")
bool input_half_only(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, worked_example, output_half_only,
      "The input half is missing: the row that was read gets dlogits[t][v] times row v.")
bool output_half_only(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, adds_to_what_is_there, sets,
      "What dwte held before is lost: += adds, and the caller zeroes.")
bool sets(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, finite_differences, last_word_only, "got")
bool last_word_only(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, reference_gradient, position_for_id,
      "This takes row t for row ids[t].")
bool position_for_id(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, stays_in_bounds, dlogits_transposed,
      "dlogits is read as [vocab_size][n_tokens]; it is [n_tokens][vocab_size].")
bool dlogits_transposed(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, reference_gradient, roles_exchanged,
      "The roles are exchanged: row v gets the row that was read, and that one gets row "
      "v.")
bool roles_exchanged(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, worked_example, not_with_itself,
      "The pair of a word with itself is left out: there both halves fall into one row.")
bool not_with_itself(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, random_shapes, once_with_itself, "got")
bool once_with_itself(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, random_shapes, reads_gradient,
      "This reads dwte where wte belongs: both halves are taken from wte, which stays.")
bool reads_gradient(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, reference_gradient, mean_of_halves,
      "This is the mean of the two halves: they are added.")
bool mean_of_halves(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, reference_gradient, divides_again,
      "dlogits is already divided by n_tokens: do not divide again.")
bool divides_again(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, worked_example, subtracts,
      "The sign is turned: a gradient is added here, and subtracted by whoever trains.")
bool subtracts(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, random_shapes, word_keeps_last,
      "Of an id that occurs again only the last input half is kept: they add up.")
bool word_keeps_last(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, refuses_bad_ids, no_check, "must return false")
bool no_check(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, refuses_bad_ids, checks_too_late, "must stay untouched")
bool checks_too_late(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, refuses_bad_ids, allows_one_more, "must return false")
bool allows_one_more(float *dwte, const float *dlogits, const float *wte,
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

WRONG(tied_backward, accepts_no_ids, refuses_no_ids,
      "tied_backward must return true for no ids: there is nothing wrong, and nothing "
      "to add.")
bool refuses_no_ids(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, random_shapes, last_number_missing, "got")
bool last_number_missing(float *dwte, const float *dlogits, const float *wte,
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

CAUGHT(tied_backward, random_shapes, a_bit_off, "got")
bool a_bit_off(float *dwte, const float *dlogits, const float *wte,
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

// ---------------------------------------------------------- 5.2 tied_projection_backward

WRONG(tied_projection_backward, stays_in_bounds, m_transposed_forward,
      "m is transposed on the way to h: h[j] = sum over i of wte[x][i] m[i][j].")
bool m_transposed_forward(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, random_shapes, m_transposed_backward,
      "m is transposed in the input half: number i gets m[i][j] dh[j].")
bool m_transposed_backward(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, random_shapes, m_transposed_twice,
      "m is transposed in both places.")
bool m_transposed_twice(float *dwte, float *dm, const float *dlogits,
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

CAUGHT(tied_projection_backward, identity_matrix, without_m_backward, "got")
bool without_m_backward(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, row_for_h,
      "The output half gets the row that was read: it should get h, that row times m.")
bool row_for_h(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, no_output_half,
      "The output half is missing: row v gets dlogits[t][v] times h.")
bool no_output_half(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, no_input_half,
      "The input half is missing: the row that was read gets m times dh.")
bool no_input_half(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, no_dm, "Nothing is added to dm.")
bool no_dm(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, random_shapes, dm_transposed,
      "dm is transposed: dm[i][j] += wte[x][i] dh[j].")
bool dm_transposed(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, dm_from_h,
      "dm gets h[i] dh[j]: what entered the matrix is wte[x][i].")
bool dm_from_h(float *dwte, float *dm, const float *dlogits,
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

CAUGHT(tied_projection_backward, adds_to_what_is_there, dm_set, "got")
bool dm_set(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, adds_to_what_is_there, both_zeroed,
      "What was there before is lost: += adds, and the caller zeroes.")
bool both_zeroed(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, random_shapes, position_as_id,
      "This takes row t for row ids[t].")
bool position_as_id(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, random_shapes, slopes_transposed,
      "dlogits is read as [vocab_size][n_tokens]; it is [n_tokens][vocab_size].")
bool slopes_transposed(float *dwte, float *dm, const float *dlogits,
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

WRONG(tied_projection_backward, worked_example, negative,
      "The sign is turned: a gradient is added here, and subtracted by whoever trains.")
bool negative(float *dwte, float *dm, const float *dlogits,
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

CAUGHT(tied_projection_backward, refuses_bad_ids, writes_before_check,
      "must stay untouched")
bool writes_before_check(float *dwte, float *dm, const float *dlogits,
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

CAUGHT(tied_projection_backward, refuses_bad_ids, never_checks, "must return false")
bool never_checks(float *dwte, float *dm, const float *dlogits,
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

CAUGHT(tied_projection_backward, finite_differences, slightly_off, "got")
bool slightly_off(float *dwte, float *dm, const float *dlogits,
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

// -------------------------------------------------------------- 5.3 gpt2_parameter_count

CAUGHT(gpt2_parameter_count, worked_example, positions_twice,
      "position table is counted twice")
bool positions_twice(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, positions_forgotten,
      "position table is missing")
bool positions_forgotten(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, head_always, "the table is counted twice")
bool head_always(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, head_never, "has a head of its own")
bool head_never(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, tied_turned_round,
      "the table is counted twice")
bool tied_turned_round(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, bias_turned_round, "wrong way round")
bool bias_turned_round(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, bias_ignored, "qkv_bias is not looked at")
bool bias_ignored(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, no_last_normalisation,
      "last normalisation is missing")
bool no_last_normalisation(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, normalisation_without_bias,
      "a gain and a bias")
bool normalisation_without_bias(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, weights_only,
      "biases and normalisations are missing")
bool weights_only(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, no_layer_normalisation,
      "two normalisations of each layer")
bool no_layer_normalisation(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, four_sizes, one_layer_only, "Only one layer is counted")
bool one_layer_only(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, four_sizes, bias_missing_once, "it is missing in each layer")
bool bias_missing_once(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, bias_of_one_d,
      "query, key and value make 3 d_model")
bool bias_of_one_d(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, beyond_32_bits, in_32_bits, "above 32 bits")
bool in_32_bits(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, refuses_zero, zero_is_fine, "must return false")
bool zero_is_fine(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                          size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    const uint64_t d = (uint64_t)d_model;
    const uint64_t layer = 12 * d * d + 13 * d - (qkv_bias ? 0 : 3 * d);
    *n_params = (vocab_size + max_seq_len) * d + n_layers * layer + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

CAUGHT(gpt2_parameter_count, random_models, no_layers_refused, "must return true")
bool no_layers_refused(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, refuses_zero, writes_zero_first, "must stay untouched")
bool writes_zero_first(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

CAUGHT(gpt2_parameter_count, worked_example, head_with_bias, "The head has no bias")
bool head_with_bias(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
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

// ------------------------------------------------------------------ 5.4 entropy_at_scale

WRONG(entropy_at_scale, scale_zero, scale_ignored, "The scale is not used.")
float scale_ignored(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, stays_in_bounds, scale_on_both,
      "The scale is used twice, on h and on the table: it stretches h alone.")
float scale_on_both(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, scale_as_temperature,
      "This divides by the scale: scale is 1 / temperature.")
float scale_as_temperature(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, in_bits,
      "The entropy is in bits: use the natural logarithm.")
float in_bits(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, sign_turned,
      "The sign is turned: entropy is minus the sum of p log p.")
float sign_turned(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, perplexity,
      "This is the perplexity, exp(entropy).")
float perplexity(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, mean_over_words,
      "This is the mean over the words: the p are weights already.")
float mean_over_words(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, part_of_log_v,
      "This is the entropy as a part of log V: do not divide by it.")
float part_of_log_v(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, log_sum_only,
      "This is log(sum of exp(z)), which is only one part of the entropy.")
float log_sum_only(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, best_word_only,
      "This is -log of the largest probability, not the entropy.")
float best_word_only(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, reference_numbers, last_word_missing, "The last word is missing.")
float last_word_missing(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, large_scores, nothing_subtracted,
      "The scores are in the thousands: subtract the largest one first. And where p is "
      "0, p log p is 0: 0 x log(0) is NaN in C.")
float nothing_subtracted(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, large_scores, largest_before_scaling,
      "The scores are in the thousands: subtract the largest one first. And where p is "
      "0, p log p is 0: 0 x log(0) is NaN in C.")
float largest_before_scaling(const float *h, const float *wte, float scale, size_t vocab_size,
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

WRONG(entropy_at_scale, large_scores, zero_log_zero,
      "The scores are in the thousands: subtract the largest one first. And where p is "
      "0, p log p is 0: 0 x log(0) is NaN in C.")
float zero_log_zero(const float *h, const float *wte, float scale, size_t vocab_size,
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

CAUGHT(entropy_at_scale, refuses_empty, empty_is_zero, "must return NAN")
float empty_is_zero(const float *h, const float *wte, float scale, size_t vocab_size,
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

CAUGHT(entropy_at_scale, refuses_empty, no_width_is_fine, "must return NAN")
float no_width_is_fine(const float *h, const float *wte, float scale, size_t vocab_size,
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

CAUGHT(entropy_at_scale, random_vectors, scale_without_sign, "got")
float scale_without_sign(const float *h, const float *wte, float scale, size_t vocab_size,
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

CAUGHT(entropy_at_scale, random_vectors, nearly_right, "got")
float nearly_right(const float *h, const float *wte, float scale, size_t vocab_size,
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

// ------------------------------------------------------------------------ 5.5 logit_lens

WRONG(logit_lens, worked_example, smallest_first,
      "The order is upwards: the greatest logit comes first.")
bool smallest_first(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, stays_in_bounds, by_cosine,
      "These are the cosines' best: a logit is the dot product, not divided by a "
      "length.")
bool by_cosine(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, random_tables, nearest_rows,
      "These are the nearest rows: the greatest dot products are wanted.")
bool nearest_rows(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, random_tables, by_size, "This ignores the sign of the logits.")
bool by_size(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, worked_example, larger_id_first,
      "Of equal logits the smaller id comes first.")
bool larger_id_first(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, worked_example, skips_ties, "got")
bool skips_ties(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, worked_example, always_the_best,
      "The same word stands in every place: leave out what was chosen before.")
bool always_the_best(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, random_tables, leaves_out_the_best,
      "The best word is left out: top[0] is the best.")
bool leaves_out_the_best(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, random_tables, in_order_of_id,
      "These are the right words, but in the order of their ids.")
bool in_order_of_id(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, negative_logits, starts_at_zero, "got")
bool starts_at_zero(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, ties, skips_word_0, "got")
bool skips_word_0(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

WRONG(logit_lens, sums_in_double, sums_in_float,
      "A float has 24 bits: 16,777,216 + 0.5 is 16,777,216 again. Sum in double.")
bool sums_in_float(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, refuses_bad_sizes, more_than_there_are, "must return false")
bool more_than_there_are(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, refuses_bad_sizes, none_is_fine, "must return false")
bool none_is_fine(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, refuses_bad_sizes, no_width_needed, "must return false")
bool no_width_needed(uint32_t *top, const float *h, const float *wte, size_t n_top,
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

CAUGHT(logit_lens, refuses_bad_sizes, clears_first, "must stay untouched")
bool clears_first(uint32_t *top, const float *h, const float *wte, size_t n_top,
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
