// Wrong answers to the exercises of chapter 5, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
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

// Both halves of the positions from `from` to `to`, which are not looked at before.
static void add_halves(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t from, size_t to, size_t vocab_size,
                       size_t d_model)
{
    for (size_t t = from; t < to; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
}

WRONG(tied_backward, random_shapes, small_slopes_skipped,
      "A small slope is left out as if it were 0: small numbers count too.")
bool small_slopes_skipped(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = dlogits[t * vocab_size + v];
            if (fabsf(slope) < 1e-7f)
                continue;
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
        }
    return true;
}

WRONG(
    tied_backward, random_shapes, nan_slopes_skipped,
    "A slope that is NaN is left out: NaN times anything is NaN, and reaches both rows.")
bool nan_slopes_skipped(float *dwte, const float *dlogits, const float *wte,
                        const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = dlogits[t * vocab_size + v];
            for (size_t i = 0; i < d_model && !isnan(slope); i++) {
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
        }
    return true;
}

WRONG(tied_backward, random_shapes, first_of_same_positions,
      "Of an id that occurs again only one input half is kept: each position has its "
      "own, and they add up.")
bool first_of_same_positions(float *dwte, const float *dlogits, const float *wte,
                             const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                             size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *slopes = dlogits + t * vocab_size;
        bool known = false; // "this pair of an id and its slopes was added before"
        for (size_t s = 0; s < t && !known; s++)
            known = ids[s] == ids[t] && memcmp(dlogits + s * vocab_size, slopes,
                                               vocab_size * sizeof *slopes) == 0;
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                dwte[v * d_model + i] += slopes[v] * wte[ids[t] * d_model + i];
                if (!known)
                    dwte[ids[t] * d_model + i] += slopes[v] * wte[v * d_model + i];
            }
    }
    return true;
}

WRONG(tied_backward, random_shapes, first_reading_only,
      "Of an id that occurs again only one input half is kept: each position has its "
      "own, and they add up.")
bool first_reading_only(float *dwte, const float *dlogits, const float *wte,
                        const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t first = 0;
        while (ids[first] != ids[t])
            first++;
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
                if (first == t)
                    dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
            }
    }
    return true;
}

WRONG(tied_backward, refuses_bad_ids, first_v_ids_checked,
      "Only the first vocab_size ids are checked, and there are n_tokens of them.")
bool first_v_ids_checked(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    for (size_t t = 0; t < n_tokens && t < vocab_size; t++)
        if (ids[t] >= vocab_size)
            return false;
    add_halves(dwte, dlogits, wte, ids, 0, n_tokens, vocab_size, d_model);
    return true;
}

WRONG(tied_backward, refuses_bad_ids, bad_ids_in_a_byte,
      "The bad ids are counted in a byte, and 256 of them are 0 again.")
bool bad_ids_in_a_byte(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    uint8_t n_bad = 0;
    for (size_t t = 0; t < n_tokens; t++)
        n_bad = (uint8_t)(n_bad + (ids[t] >= vocab_size));
    if (n_bad > 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return true;
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(tied_backward, large_sizes, positions_in_16_bits,
      "The position is kept in 16 bits: behind token 65,535 comes 65,536.")
bool positions_in_16_bits(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < vocab_size * d_model; j++) {
            const size_t v = j / d_model, i = j % d_model;
            const float slope = dlogits[(uint16_t)t * vocab_size + v];
            dwte[ids[t] * d_model + i] += slope * wte[j];
            dwte[j] += slope * wte[ids[t] * d_model + i];
        }
    return true;
}

WRONG(tied_backward, refuses_bad_ids, last_id_unchecked,
      "The last id is not checked: t runs to n_tokens - 1, which is checked too.")
bool last_id_unchecked(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    for (size_t t = 0; t + 1 < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    add_halves(dwte, dlogits, wte, ids, 0, n_tokens, vocab_size, d_model);
    return true;
}

WRONG(tied_backward, accepts_no_ids, no_width_refused,
      "Rows of no numbers are no error: there is nothing to add, and the answer is true.")
bool no_width_refused(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    return d_model > 0 &&
           tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(tied_backward, worked_example, once_with_itself,
      "The pair of a word with itself is added once: both halves fall into its row, and "
      "both count.")
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

WRONG(
    tied_backward, worked_example, output_half_only,
    "The input half is missing, or is lost: add to row x, which was read, dlogits[t][v] "
    "times row v of wte, with +=.")
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

WRONG(
    tied_backward, worked_example, both_set,
    "The input half is missing, or is lost: add to row x, which was read, dlogits[t][v] "
    "times row v of wte, with +=.")
bool both_set(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t x = ids[t];
                const float dlogit = dlogits[t * vocab_size + v];
                dwte[x * d_model + i] = dlogit * wte[v * d_model + i];
                dwte[v * d_model + i] = dlogit * wte[x * d_model + i];
            }
    return true;
}

WRONG(
    tied_backward, worked_example, input_half_of_gradient,
    "The input half is missing, or is lost: add to row x, which was read, dlogits[t][v] "
    "times row v of wte, with +=.")
bool input_half_of_gradient(float *dwte, const float *dlogits, const float *wte,
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
                dwte[x * d_model + i] += dlogit * dwte[v * d_model + i];
                dwte[v * d_model + i] += dlogit * wte[x * d_model + i];
            }
    return true;
}

WRONG(tied_backward, worked_example, nothing_added,
      "Nothing is added to dwte, or what is added is read from dwte where wte belongs.")
bool nothing_added(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    (void)dwte, (void)dlogits, (void)wte, (void)d_model;
    return all_below(ids, n_tokens, vocab_size);
}

WRONG(tied_backward, adds_to_what_is_there, sets,
      "What dwte held before is lost: += adds, and the caller zeroes.")
bool sets(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
          size_t n_tokens, size_t vocab_size, size_t d_model)
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

WRONG(tied_backward, worked_example, last_word_only,
      "The input half is set where it must be added: of all words only the last one is "
      "left.")
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

WRONG(tied_backward, worked_example, position_for_id, "This takes row t for row ids[t].")
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

WRONG(tied_backward, random_shapes, dlogits_transposed,
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
bool subtracts(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
               size_t n_tokens, size_t vocab_size, size_t d_model)
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
      "Of an id that occurs again only one input half is kept: each position has its "
      "own, and they add up.")
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
bool no_check(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
              size_t n_tokens, size_t vocab_size, size_t d_model)
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
      "No ids are refused, as if n_tokens == 0 were an error.")
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

WRONG(tied_backward, random_shapes, last_number_missing,
      "The last number of each row is left out: i runs from 0 to d_model - 1.")
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
bool a_bit_off(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
               size_t n_tokens, size_t vocab_size, size_t d_model)
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

CAUGHT(tied_backward, refuses_bad_ids, compared_as_int, "crashed")
bool compared_as_int(float *dwte, const float *dlogits, const float *wte,
                     const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                     size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((int)ids[t] >= (int)vocab_size)
            return false;
    add_halves(dwte, dlogits, wte, ids, 0, n_tokens, vocab_size, d_model);
    return true;
}

CAUGHT(tied_backward, refuses_bad_ids, no_words_are_fine, "must return false")
bool no_words_are_fine(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    return vocab_size == 0 ||
           tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_backward, refuses_bad_ids, no_width_unchecked, "must return false")
bool no_width_unchecked(float *dwte, const float *dlogits, const float *wte,
                        const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    return d_model == 0 ||
           tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_backward, refuses_bad_ids, added_and_taken_away, "must stay untouched")
bool added_and_taken_away(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size) {
            float *minus = calloc(t * vocab_size + 1, sizeof *minus);
            for (size_t k = 0; k < t * vocab_size; k++)
                minus[k] = -dlogits[k];
            add_halves(dwte, minus, wte, ids, 0, t, vocab_size, d_model);
            free(minus);
            return false;
        } else
            add_halves(dwte, dlogits, wte, ids, t, t + 1, vocab_size, d_model);
    return true;
}

CAUGHT(tied_backward, refuses_bad_ids, backup_of_4096, "must stay untouched")
bool backup_of_4096(float *dwte, const float *dlogits, const float *wte,
                    const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                    size_t d_model)
{
    float backup[4096];
    const size_t n = vocab_size * d_model < 4096 ? vocab_size * d_model : 4096;
    memcpy(backup, dwte, n * sizeof *backup);
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size) {
            memcpy(dwte, backup, n * sizeof *backup);
            return false;
        }
        add_halves(dwte, dlogits, wte, ids, t, t + 1, vocab_size, d_model);
    }
    return true;
}

CAUGHT(tied_backward, large_sizes, backup_on_the_stack, "ran out of stack")
bool backup_on_the_stack(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    float backup[vocab_size * d_model + 1];
    memcpy(backup, dwte, vocab_size * d_model * sizeof *backup);
    if (tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model))
        return true;
    memcpy(dwte, backup, vocab_size * d_model * sizeof *backup);
    return false;
}

CAUGHT(tied_backward, large_sizes, read_rows_on_the_stack, "ran out of stack")
bool read_rows_on_the_stack(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float x[n_tokens + 1][d_model + 1];
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(x[t], wte + ids[t] * d_model, d_model * sizeof(float));
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * x[t][i];
            }
    return true;
}

CAUGHT(tied_backward, large_sizes, rows_of_1024, "must return true")
bool rows_of_1024(float *dwte, const float *dlogits, const float *wte,
                  const uint32_t *ids, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    float row[1024];
    if (d_model > sizeof row / sizeof *row || !all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        memcpy(row, wte + ids[t] * d_model, d_model * sizeof *row);
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * row[i];
            }
    }
    return true;
}

CAUGHT(tied_backward, large_sizes, words_of_gpt2, "got")
bool words_of_gpt2(float *dwte, const float *dlogits, const float *wte,
                   const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                   size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size && v < 50257; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
    return true;
}

CAUGHT(tied_backward, large_sizes, ids_in_16_bits_read, "got")
bool ids_in_16_bits_read(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const uint32_t x = (uint16_t)ids[t];
        tied_backward(dwte, dlogits + t * vocab_size, wte, &x, 1, vocab_size, d_model);
    }
    return true;
}

CAUGHT(tied_backward, large_sizes, words_in_16_bits, "tied_backward")
bool words_in_16_bits(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t word = 0; word < vocab_size; word++)
            for (size_t i = 0; i < d_model; i++) {
                const uint16_t v = (uint16_t)word;
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
    return true;
}

CAUGHT(tied_backward, refuses_bad_ids, refusal_remembered, "keeps something")
bool refusal_remembered(float *dwte, const float *dlogits, const float *wte,
                        const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    static bool failed; // "cleared by the next good call"
    const bool good = all_below(ids, n_tokens, vocab_size), may_add = good && !failed;
    failed = !good;
    return may_add &&
           tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_backward, refuses_bad_ids, nothing_added_first, "must stay untouched")
bool nothing_added_first(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += 0.0f; // "changes nothing", but -0 becomes 0
    }
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_backward, random_shapes, table_kept, "keeps something")
bool table_kept(float *dwte, const float *dlogits, const float *wte, const uint32_t *ids,
                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    static float kept[1 << 16]; // "the table is the same at every step"
    static size_t n_kept;
    const size_t n = vocab_size * d_model;
    if (n_kept != n && n <= sizeof kept / sizeof *kept)
        memcpy(kept, wte, (n_kept = n) * sizeof *kept);
    return tied_backward(dwte, dlogits, n_kept == n ? kept : wte, ids, n_tokens,
                         vocab_size, d_model);
}

CAUGHT(tied_backward, adds_to_what_is_there, ids_checked_once, "keeps something")
bool ids_checked_once(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    static const uint32_t *checked; // "this text was looked through before"
    static size_t n_checked;
    static float first;
    if (checked != ids || n_checked != n_tokens)
        first = n_tokens > 0 ? (float)ids[0] : 0.0f;
    checked = ids, n_checked = n_tokens;
    if (n_tokens > 0 && first != (float)ids[0])
        return false;
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

// Both halves, with other rows or places than those of the formulas.
static bool halves_elsewhere(float *dwte, const float *dlogits, const float *wte,
                             const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                             size_t d_model, bool input_to_t, bool output_from_t)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const size_t row = t % vocab_size;
                const size_t to = input_to_t ? row : ids[t],
                             from = output_from_t ? row : ids[t];
                const float slope = dlogits[t * vocab_size + v];
                dwte[to * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[from * d_model + i];
            }
    return true;
}

WRONG(tied_backward, worked_example, input_half_to_row_t,
      "The input half is added to row t of dwte: it belongs to row ids[t], which was "
      "read.")
bool input_half_to_row_t(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    return halves_elsewhere(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model, true,
                            false);
}

WRONG(
    tied_backward, worked_example, output_half_from_row_t,
    "The output half is taken from row t of wte: it is taken from row ids[t], which was "
    "read.")
bool output_half_from_row_t(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    return halves_elsewhere(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model, false,
                            true);
}

WRONG(tied_backward, worked_example, output_traces_set,
      "The output half is set where it must be added: = where += belongs.")
bool output_traces_set(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] = slope * wte[ids[t] * d_model + i];
            }
    return true;
}

WRONG(tied_backward, worked_example, last_position_missing,
      "The last position is left out: t runs from 0 to n_tokens - 1.")
bool last_position_missing(float *dwte, const float *dlogits, const float *wte,
                           const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                           size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    add_halves(dwte, dlogits, wte, ids, 0, n_tokens - (n_tokens > 0), vocab_size,
               d_model);
    return true;
}

// Both halves, each as often as is said, of the words from 0 to `words`, and of the numbers
// from 0 to `numbers`; dlogits has rows `step` apart.
struct part {
    float input, output;
    size_t words, numbers, step;
};

static bool part_of_halves(float *dwte, const float *dlogits, const float *wte,
                           const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                           size_t d_model, struct part part)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < part.words; v++)
            for (size_t i = 0; i < part.numbers; i++) {
                const size_t at = t * part.step + v;
                const float slope = at < n_tokens * vocab_size ? dlogits[at] : 0.0f;
                dwte[ids[t] * d_model + i] += part.input * slope * wte[v * d_model + i];
                dwte[v * d_model + i] += part.output * slope * wte[ids[t] * d_model + i];
            }
    return true;
}

WRONG(tied_backward, worked_example, last_words_traces_missing,
      "The last word is left out: v runs from 0 to vocab_size - 1.")
bool last_words_traces_missing(float *dwte, const float *dlogits, const float *wte,
                               const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                               size_t d_model)
{
    return part_of_halves(
        dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
        (struct part){1, 1, vocab_size - (vocab_size > 0), d_model, vocab_size});
}

WRONG(tied_backward, worked_example, first_of_each_row,
      "Only the first number of each row is added: i runs from 0 to d_model - 1.")
bool first_of_each_row(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    return part_of_halves(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                          (struct part){1, 1, vocab_size, d_model > 0, vocab_size});
}

WRONG(tied_backward, worked_example, input_half_twice,
      "The input half is added twice, and the output half is missing: one goes to row "
      "ids[t], the other to row v.")
bool input_half_twice(float *dwte, const float *dlogits, const float *wte,
                      const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    return part_of_halves(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                          (struct part){2, 0, vocab_size, d_model, vocab_size});
}

WRONG(tied_backward, worked_example, output_half_twice,
      "The output half is added twice, and the input half is missing: one goes to row "
      "v, the other to row ids[t].")
bool output_half_twice(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    return part_of_halves(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                          (struct part){0, 2, vocab_size, d_model, vocab_size});
}

WRONG(tied_backward, worked_example, slopes_d_model_apart,
      "The rows of dlogits are vocab_size apart, not d_model.")
bool slopes_d_model_apart(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    return part_of_halves(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                          (struct part){1, 1, vocab_size, d_model, d_model});
}

WRONG(tied_backward, worked_example, rows_begin_at_their_number,
      "Row v begins at v * d_model, not at v: so does row ids[t].")
bool rows_begin_at_their_number(float *dwte, const float *dlogits, const float *wte,
                                const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                                size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && d_model > 0; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] + i] += slope * wte[v + i];
                dwte[v + i] += slope * wte[ids[t] + i];
            }
    return true;
}

WRONG(tied_backward, worked_example, table_on_its_side,
      "The tables are taken as [d_model][vocab_size]: they are [vocab_size][d_model].")
bool table_on_its_side(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[i * vocab_size + ids[t]] += slope * wte[i * vocab_size + v];
                dwte[i * vocab_size + v] += slope * wte[i * vocab_size + ids[t]];
            }
    return true;
}

// ---------------------------------------------------------- 5.2 tied_projection_backward

// What the positions from `from` to `to` add, which are not looked at before.
static void add_shares(float *dwte, float *dm, const float *dlogits, const float *wte,
                       const float *m, const uint32_t *ids, size_t from, size_t to,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = from; t < to; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[x * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
}

WRONG(tied_projection_backward, worked_example, matrix_turned_throughout,
      "m is read, and dm written, as the transpose: row i of m belongs to number i of "
      "what comes in, column j to number j of h.")
bool matrix_turned_throughout(float *dwte, float *dm, const float *dlogits,
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
                dm[j * d_model + i] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, random_shapes, small_slopes_left_out,
      "A small slope is left out as if it were 0: small numbers count too.")
bool small_slopes_left_out(float *dwte, float *dm, const float *dlogits, const float *wte,
                           const float *m, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size, size_t d_model)
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
                if (fabsf(slope) < 1e-7f)
                    continue;
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

WRONG(tied_projection_backward, worked_example, dh_goes_on,
      "dh goes on from one position, or column, to the next: it begins at 0 for each.")
bool dh_goes_on(float *dwte, float *dm, const float *dlogits, const float *wte,
                const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float dh = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float h = 0.0f;
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

WRONG(tied_projection_backward, worked_example, h_goes_on,
      "h goes on from one position, or column, to the next: it begins at 0 for each.")
bool h_goes_on(float *dwte, float *dm, const float *dlogits, const float *wte,
               const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
               size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float h = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            const size_t x = ids[t];
            float dh = 0.0f;
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

WRONG(tied_projection_backward, random_shapes, dh_goes_on_in_text,
      "dh goes on from position to position: it begins at 0 for each.")
bool dh_goes_on_in_text(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float *dh = calloc(d_model + 1, sizeof *dh); // once for the whole text
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            float h = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[ids[t] * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                dh[j] += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh[j];
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh[j];
            }
        }
    free(dh);
    return true;
}

WRONG(tied_projection_backward, worked_example, shares_for_each_word,
      "The input half and dm are added once for each word: dh is the sum over all words, "
      "and only then it is used.")
bool shares_for_each_word(float *dwte, float *dm, const float *dlogits, const float *wte,
                          const float *m, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[ids[t] * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h;
                for (size_t i = 0; i < d_model; i++) {
                    dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh;
                    dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh;
                }
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, dh_without_itself,
      "The word that was read is left out of dh: the sum is over all words.")
bool dh_without_itself(float *dwte, float *dm, const float *dlogits, const float *wte,
                       const float *m, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
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
                dh += v == x ? 0.0f : slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, output_half_without_itself,
      "The word that was read gets no output half: each word does.")
bool output_half_without_itself(float *dwte, float *dm, const float *dlogits,
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
                dwte[v * d_model + j] += v == x ? 0.0f : slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, random_shapes, reads_dwte,
      "This reads dwte where wte belongs: everything is read from wte and m, which stay.")
bool reads_dwte(float *dwte, float *dm, const float *dlogits, const float *wte,
                const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                size_t d_model)
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
                dm[i * d_model + j] += dwte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, dh_itself_as_input_half,
      "The matrix is missing in the input half: it gets m times dh, not dh.")
bool dh_itself_as_input_half(float *dwte, float *dm, const float *dlogits,
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
                dwte[x * d_model + i] += i == j ? dh : 0.0f;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, without_the_matrix,
      "The matrix is left out of dwte altogether: this is exercise 5.1.")
bool without_the_matrix(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model) &&
           tied_projection_backward(calloc(vocab_size * d_model + 1, sizeof(float)), dm,
                                    dlogits, wte, m, ids, n_tokens, vocab_size, d_model);
}

WRONG(tied_projection_backward, random_shapes, first_reading_keeps_input,
      "Of an id that occurs again only one input half is kept: each position has its "
      "own, and they add up.")
bool first_reading_keeps_input(float *dwte, float *dm, const float *dlogits,
                               const float *wte, const float *m, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = dwte + ids[t] * d_model, *kept = calloc(d_model + 1, sizeof *kept);
        size_t first = 0;
        while (ids[first] != ids[t])
            first++;
        for (size_t j = 0; j < d_model; j++) {
            float h = 0.0f, dh = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += wte[ids[t] * d_model + i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                kept[i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh;
            }
        }
        for (size_t i = 0; first == t && i < d_model; i++)
            row[i] += kept[i];
        free(kept);
    }
    return true;
}

WRONG(tied_projection_backward, refuses_bad_ids, first_v_looked_at,
      "Only the first vocab_size ids are checked, and there are n_tokens of them.")
bool first_v_looked_at(float *dwte, float *dm, const float *dlogits, const float *wte,
                       const float *m, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens && t < vocab_size; t++)
        if (ids[t] >= vocab_size)
            return false;
    add_shares(dwte, dm, dlogits, wte, m, ids, 0, n_tokens, vocab_size, d_model);
    return true;
}

WRONG(tied_projection_backward, accepts_no_ids, empty_rows_refused,
      "Rows of no numbers are no error: there is nothing to add, and the answer is true.")
bool empty_rows_refused(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    return d_model > 0 && tied_projection_backward(dwte, dm, dlogits, wte, m, ids,
                                                   n_tokens, vocab_size, d_model);
}

WRONG(tied_projection_backward, accepts_no_ids, empty_text_refused,
      "No ids are no error: there is nothing to add, and the answer is true.")
bool empty_text_refused(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    return n_tokens > 0 && tied_projection_backward(dwte, dm, dlogits, wte, m, ids,
                                                    n_tokens, vocab_size, d_model);
}

WRONG(tied_projection_backward, worked_example, m_transposed_forward,
      "m is transposed on the way to h: h[j] = sum over i of wte[x][i] m[i][j].")
bool m_transposed_forward(float *dwte, float *dm, const float *dlogits, const float *wte,
                          const float *m, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size, size_t d_model)
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

WRONG(tied_projection_backward, worked_example, m_transposed_backward,
      "m is transposed in the input half: number i gets m[i][j] dh[j].")
bool m_transposed_backward(float *dwte, float *dm, const float *dlogits, const float *wte,
                           const float *m, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size, size_t d_model)
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

WRONG(tied_projection_backward, worked_example, m_transposed_twice,
      "m is transposed in both places: h[j] sums m[i][j] over i, and number i of the row "
      "gets m[i][j] dh[j].")
bool m_transposed_twice(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
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

WRONG(tied_projection_backward, worked_example, without_m_backward,
      "The factor m[i][j] is missing in the input half: number i gets m[i][j] dh[j], for "
      "all j.")
bool without_m_backward(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
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

WRONG(tied_projection_backward, worked_example, output_half_set,
      "The output half is set where it must be added: = where += belongs.")
bool output_half_set(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
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
                dwte[v * d_model + j] = slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, input_half_set,
      "The input half is set where it must be added: = where += belongs.")
bool input_half_set(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
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
                dwte[x * d_model + i] = m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, random_shapes, dm_set_each_time,
      "dm is set where it must be added: = where += belongs.")
bool dm_set_each_time(float *dwte, float *dm, const float *dlogits, const float *wte,
                      const float *m, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
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
                dm[i * d_model + j] = wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, dh_of_last_word,
      "dh is set where it must be added up: of all words only the last one is left.")
bool dh_of_last_word(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
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
                dh = slope * wte[v * d_model + j];
                dwte[v * d_model + j] += slope * h;
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[x * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[x * d_model + i] * dh;
            }
        }
    return true;
}

WRONG(tied_projection_backward, worked_example, row_for_h,
      "The output half gets the row that was read: it should get h, that row times m.")
bool row_for_h(float *dwte, float *dm, const float *dlogits, const float *wte,
               const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
               size_t d_model)
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
bool no_output_half(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
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
bool no_input_half(float *dwte, float *dm, const float *dlogits, const float *wte,
                   const float *m, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
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
bool no_dm(float *dwte, float *dm, const float *dlogits, const float *wte, const float *m,
           const uint32_t *ids, size_t n_tokens, size_t vocab_size, size_t d_model)
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

WRONG(tied_projection_backward, worked_example, dm_transposed,
      "dm is transposed: dm[i][j] += wte[x][i] dh[j].")
bool dm_transposed(float *dwte, float *dm, const float *dlogits, const float *wte,
                   const float *m, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
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
bool dm_from_h(float *dwte, float *dm, const float *dlogits, const float *wte,
               const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
               size_t d_model)
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

WRONG(tied_projection_backward, adds_to_what_is_there, dm_set,
      "What dm held before is lost: += adds, and the caller zeroes.")
bool dm_set(float *dwte, float *dm, const float *dlogits, const float *wte,
            const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
            size_t d_model)
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
bool both_zeroed(float *dwte, float *dm, const float *dlogits, const float *wte,
                 const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                 size_t d_model)
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
bool position_as_id(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
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
bool slopes_transposed(float *dwte, float *dm, const float *dlogits, const float *wte,
                       const float *m, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
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
bool negative(float *dwte, float *dm, const float *dlogits, const float *wte,
              const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
              size_t d_model)
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
bool writes_before_check(float *dwte, float *dm, const float *dlogits, const float *wte,
                         const float *m, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size, size_t d_model)
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
bool never_checks(float *dwte, float *dm, const float *dlogits, const float *wte,
                  const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                  size_t d_model)
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

CAUGHT(tied_projection_backward, random_shapes, slightly_off, "got")
bool slightly_off(float *dwte, float *dm, const float *dlogits, const float *wte,
                  const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                  size_t d_model)
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

CAUGHT(tied_projection_backward, refuses_bad_ids, ids_as_int, "crashed")
bool ids_as_int(float *dwte, float *dm, const float *dlogits, const float *wte,
                const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((int)ids[t] >= (int)vocab_size)
            return false;
    add_shares(dwte, dm, dlogits, wte, m, ids, 0, n_tokens, vocab_size, d_model);
    return true;
}

CAUGHT(tied_projection_backward, refuses_bad_ids, shares_taken_back,
       "must stay untouched")
bool shares_taken_back(float *dwte, float *dm, const float *dlogits, const float *wte,
                       const float *m, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size) {
            float *minus = calloc(t * vocab_size + 1, sizeof *minus);
            for (size_t k = 0; k < t * vocab_size; k++)
                minus[k] = -dlogits[k];
            add_shares(dwte, dm, minus, wte, m, ids, 0, t, vocab_size, d_model);
            free(minus);
            return false;
        } else
            add_shares(dwte, dm, dlogits, wte, m, ids, t, t + 1, vocab_size, d_model);
    return true;
}

CAUGHT(tied_projection_backward, refuses_bad_ids, dm_not_put_back,
       "dm must stay untouched")
bool dm_not_put_back(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    float *backup = calloc(vocab_size * d_model + 1, sizeof *backup);
    memcpy(backup, dwte, vocab_size * d_model * sizeof *backup);
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size) {
            memcpy(dwte, backup, vocab_size * d_model * sizeof *backup);
            free(backup);
            return false;
        }
        add_shares(dwte, dm, dlogits, wte, m, ids, t, t + 1, vocab_size, d_model);
    }
    free(backup);
    return true;
}

CAUGHT(tied_projection_backward, large_sizes, columns_up_to_64, "must return true")
bool columns_up_to_64(float *dwte, float *dm, const float *dlogits, const float *wte,
                      const float *m, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
{
    float h[64], dh[64];
    if (d_model > 64 || !all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t j = 0; j < d_model; j++) {
            h[j] = dh[j] = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h[j] += wte[ids[t] * d_model + i] * m[i * d_model + j];
        }
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t j = 0; j < d_model; j++) {
                dh[j] += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h[j];
            }
        for (size_t i = 0; i < d_model; i++)
            for (size_t j = 0; j < d_model; j++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh[j];
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh[j];
            }
    }
    return true;
}

CAUGHT(tied_projection_backward, large_sizes, rows_past_1024, "got")
bool rows_past_1024(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    float h[1024], dh[1024]; // "no model is wider"
    const size_t d = d_model < 1024 ? d_model : 1024;
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t j = 0; j < d; j++) {
            h[j] = dh[j] = 0.0f;
            for (size_t i = 0; i < d; i++)
                h[j] += wte[ids[t] * d_model + i] * m[i * d_model + j];
        }
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t j = 0; j < d; j++) {
                dh[j] += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h[j];
            }
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh[j];
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh[j];
            }
    }
    return true;
}

// The pointer that lies behind a short array is written over, and then it is used. (What is
// volatile keeps the compiler from seeing it.)
CAUGHT(tied_projection_backward, random_shapes, h_is_too_short, "past its end.")
bool h_is_too_short(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    volatile struct {
        float h[36]; // "no model is wider"
        float *sums;
    } own = {.sums = dwte};
    volatile float *volatile h = own.h;
    for (size_t j = 0; j < d_model && j < 40; j++)
        h[j] = 1.0f;
    return tied_projection_backward(own.sums, dm, dlogits, wte, m, ids, n_tokens,
                                    vocab_size, d_model);
}

// The same, where many calls are made together: shown is what this one was given.
CAUGHT(tied_projection_backward, random_shapes, h_is_too_short_for_ids,
       "ids 0 1 2, n_tokens 3,")
bool h_is_too_short_for_ids(float *dwte, float *dm, const float *dlogits,
                            const float *wte, const float *m, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return h_is_too_short(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_projection_backward, large_sizes, dm_on_the_stack, "ran out of stack")
bool dm_on_the_stack(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    float sums[d_model * d_model + 1];
    memset(sums, 0, sizeof sums);
    if (!tied_projection_backward(dwte, sums, dlogits, wte, m, ids, n_tokens, vocab_size,
                                  d_model))
        return false;
    for (size_t k = 0; k < d_model * d_model; k++)
        dm[k] += sums[k];
    return true;
}

CAUGHT(tied_projection_backward, large_sizes, all_of_h_on_the_stack, "ran out of stack")
bool all_of_h_on_the_stack(float *dwte, float *dm, const float *dlogits, const float *wte,
                           const float *m, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float h[n_tokens + 1][d_model + 1];
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            h[t][j] = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h[t][j] += wte[ids[t] * d_model + i] * m[i * d_model + j];
        }
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t j = 0; j < d_model; j++) {
            float dh = 0.0f;
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h[t][j];
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh;
            }
        }
    return true;
}

CAUGHT(tied_projection_backward, random_shapes, h_of_the_last_id, "keeps something")
bool h_of_the_last_id(float *dwte, float *dm, const float *dlogits, const float *wte,
                      const float *m, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
{
    static uint32_t last = UINT32_MAX; // "h changes only with the id"
    static float h[4096];
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t j = 0; ids[t] != last && j < d_model && j < 4096; j++) {
            h[j] = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h[j] += wte[ids[t] * d_model + i] * m[i * d_model + j];
        }
        last = ids[t];
        for (size_t j = 0; j < d_model; j++) {
            float dh = 0.0f;
            for (size_t v = 0; v < vocab_size; v++) {
                dh += dlogits[t * vocab_size + v] * wte[v * d_model + j];
                dwte[v * d_model + j] += dlogits[t * vocab_size + v] * h[j % 4096];
            }
            for (size_t i = 0; i < d_model; i++) {
                dwte[ids[t] * d_model + i] += m[i * d_model + j] * dh;
                dm[i * d_model + j] += wte[ids[t] * d_model + i] * dh;
            }
        }
    }
    return true;
}

CAUGHT(tied_projection_backward, adds_to_what_is_there, matrix_kept, "keeps something")
bool matrix_kept(float *dwte, float *dm, const float *dlogits, const float *wte,
                 const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                 size_t d_model)
{
    static float kept[1 << 14];
    static size_t n_kept;
    const size_t n = d_model * d_model;
    if (n_kept != n && n <= sizeof kept / sizeof *kept)
        memcpy(kept, m, (n_kept = n) * sizeof *kept);
    return tied_projection_backward(dwte, dm, dlogits, wte, n_kept == n ? kept : m, ids,
                                    n_tokens, vocab_size, d_model);
}

CAUGHT(tied_projection_backward, random_shapes, equal_sizes_refused, "must return true")
bool equal_sizes_refused(float *dwte, float *dm, const float *dlogits, const float *wte,
                         const float *m, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size, size_t d_model)
{
    return (n_tokens != d_model || d_model < 3) &&
           tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,
                                    d_model);
}

// One of the five formulas is not what it should be, or two of them are not.
enum oddity {
    TURNED_IN_H_AND_DM,
    TURNED_IN_INPUT_AND_DM,
    INPUT_TO_ROW_T,
    H_OF_ROW_T,
    DM_OF_ROW_T,
    OUTPUT_OF_DH,
    DM_OF_H,
    DM_OF_ROW_AND_H,
    INPUT_OF_H,
    DH_OF_ROW_READ,
    DM_SUBTRACTED,
    H_OF_LAST_NUMBER
};

static void sums_oddly(float *h, float *dh, const float *dlogits, const float *wte,
                       const float *m, size_t x, size_t vocab_size, size_t d,
                       enum oddity odd)
{
    for (size_t j = 0; j < d; j++) {
        h[j] = dh[j] = 0.0f;
        for (size_t i = 0; i < d; i++) {
            const size_t at = odd == TURNED_IN_H_AND_DM ? j * d + i : i * d + j;
            h[j] = (odd == H_OF_LAST_NUMBER ? 0.0f : h[j]) + wte[x * d + i] * m[at];
        }
        for (size_t v = 0; v < vocab_size; v++)
            dh[j] += dlogits[v] * wte[(odd == DH_OF_ROW_READ ? x : v) * d + j];
    }
}

static bool projected_oddly(float *dwte, float *dm, const float *dlogits,
                            const float *wte, const float *m, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d, enum oddity odd)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float *h = calloc(2 * d + 1, sizeof *h), *dh = h + d;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t x = ids[t], row = t % vocab_size;
        sums_oddly(h, dh, dlogits + t * vocab_size, wte, m, odd == H_OF_ROW_T ? row : x,
                   vocab_size, d, odd);
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t j = 0; j < d; j++)
                dwte[v * d + j] +=
                    dlogits[t * vocab_size + v] * (odd == OUTPUT_OF_DH ? dh[j] : h[j]);
        for (size_t j = 0; j < d; j++)
            for (size_t i = 0; i < d; i++) {
                const size_t turned = j * d + i, right = i * d + j;
                const size_t to = odd == INPUT_TO_ROW_T ? row : x;
                dwte[to * d + i] += m[odd == TURNED_IN_INPUT_AND_DM ? turned : right] *
                                    (odd == INPUT_OF_H ? h[j] : dh[j]);
                dm[odd == TURNED_IN_H_AND_DM || odd == TURNED_IN_INPUT_AND_DM ? turned
                                                                              : right] +=
                    (odd == DM_OF_H       ? h[i]
                     : odd == DM_OF_ROW_T ? wte[row * d + i]
                                          : wte[x * d + i]) *
                    (odd == DM_OF_ROW_AND_H ? h[j] : dh[j]) *
                    (odd == DM_SUBTRACTED ? -1.0f : 1.0f);
            }
    }
    free(h);
    return true;
}

#define ODDLY(name, odd)                                                                 \
    bool name(float *dwte, float *dm, const float *dlogits, const float *wte,            \
              const float *m, const uint32_t *ids, size_t n_tokens, size_t vocab_size,   \
              size_t d_model)                                                            \
    {                                                                                    \
        return projected_oddly(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,     \
                               d_model, odd);                                            \
    }

WRONG(
    tied_projection_backward, worked_example, m_transposed_in_h_and_dm,
    "m is transposed on the way to h, and so is dm: h[j] sums wte[x][i] m[i][j] over i, "
    "and dm[i][j] gets wte[x][i] dh[j].")
ODDLY(m_transposed_in_h_and_dm, TURNED_IN_H_AND_DM)

WRONG(tied_projection_backward, worked_example, m_transposed_on_the_way_back,
      "m is transposed in the input half, and so is dm: number i gets m[i][j] dh[j], and "
      "dm[i][j] gets wte[x][i] dh[j].")
ODDLY(m_transposed_on_the_way_back, TURNED_IN_INPUT_AND_DM)

WRONG(tied_projection_backward, worked_example, input_share_to_row_t,
      "The input half is added to row t of dwte: it belongs to row ids[t], which was "
      "read.")
ODDLY(input_share_to_row_t, INPUT_TO_ROW_T)

WRONG(tied_projection_backward, worked_example, h_of_row_t,
      "h is made of row t of wte: it is made of row ids[t].")
ODDLY(h_of_row_t, H_OF_ROW_T)

WRONG(tied_projection_backward, worked_example, dm_of_row_t,
      "dm takes row t of wte: what entered the matrix is row ids[t].")
ODDLY(dm_of_row_t, DM_OF_ROW_T)

WRONG(tied_projection_backward, worked_example, output_half_of_dh,
      "The output half gets dh: row v gets dlogits[t][v] times h.")
ODDLY(output_half_of_dh, OUTPUT_OF_DH)

WRONG(tied_projection_backward, worked_example, dm_of_whole_h,
      "dm gets h[i] dh[j]: what entered the matrix is wte[x][i].")
ODDLY(dm_of_whole_h, DM_OF_H)

WRONG(tied_projection_backward, worked_example, dm_of_row_and_h,
      "dm gets wte[x][i] h[j]: what comes back to it is dh[j].")
ODDLY(dm_of_row_and_h, DM_OF_ROW_AND_H)

WRONG(tied_projection_backward, worked_example, input_half_of_h,
      "The input half gets m[i][j] h[j]: what comes back is dh[j].")
ODDLY(input_half_of_h, INPUT_OF_H)

WRONG(tied_projection_backward, worked_example, dh_of_row_read,
      "dh is summed over the row that was read: dlogits[t][v] belongs to row v of wte.")
ODDLY(dh_of_row_read, DH_OF_ROW_READ)

WRONG(tied_projection_backward, worked_example, dm_subtracted,
      "dm is subtracted: a gradient is added here, and subtracted by whoever trains.")
ODDLY(dm_subtracted, DM_SUBTRACTED)

WRONG(
    tied_projection_backward, worked_example, h_of_last_number,
    "h is set where it must be added up: of all numbers of the row only the last one is "
    "left.")
ODDLY(h_of_last_number, H_OF_LAST_NUMBER)

// -------------------------------------------------------------- 5.3 gpt2_parameter_count

WRONG(gpt2_parameter_count, beyond_32_bits, sizes_in_uint32,
      "A size is cut to 32 bits: it is a size_t.")
bool sizes_in_uint32(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                     size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    return gpt2_parameter_count(n_params, (uint32_t)vocab_size, (uint32_t)max_seq_len,
                                (uint32_t)n_layers, (uint32_t)d_model, qkv_bias, tied);
}

WRONG(gpt2_parameter_count, beyond_32_bits, block_in_int,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool block_in_int(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                  size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const int d = (int)d_model;
    const unsigned block =
        12u * (unsigned)d * (unsigned)d + (qkv_bias ? 13u : 10u) * (unsigned)d;
    *n_params = (uint64_t)(vocab_size + max_seq_len) * d_model +
                n_layers * (uint64_t)(int64_t)(int)block + 2 * (uint64_t)d_model +
                (tied ? 0 : (uint64_t)vocab_size * d_model);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, block_in_uint32,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool block_in_uint32(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                     size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint32_t d = (uint32_t)d_model, block = 12 * d * d + (qkv_bias ? 13 : 10) * d;
    *n_params = (uint64_t)(vocab_size + max_seq_len) * d_model +
                n_layers * (uint64_t)block + 2 * (uint64_t)d_model +
                (tied ? 0 : (uint64_t)vocab_size * d_model);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, square_in_uint32,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool square_in_uint32(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                      size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint32_t square = (uint32_t)d_model * (uint32_t)d_model;
    const uint64_t d = d_model, block = 12 * (uint64_t)square + (qkv_bias ? 13 : 10) * d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * block + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, square_in_int,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool square_in_int(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                   size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint32_t square = (uint32_t)d_model * (uint32_t)d_model;
    const uint64_t d = d_model, block = 12 * (uint64_t)(int64_t)(int32_t)square +
                                        (qkv_bias ? 13 : 10) * d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * block + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, tables_in_uint32,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool tables_in_uint32(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                      size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model, block = 12 * d * d + (qkv_bias ? 13 : 10) * d;
    const uint32_t table = (uint32_t)vocab_size * (uint32_t)d_model,
                   positions = (uint32_t)max_seq_len * (uint32_t)d_model;
    *n_params =
        (uint64_t)table + positions + n_layers * block + 2 * d + (tied ? 0 : table);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, layers_times_square_in_uint32,
      "This has lost what is above 32 bits: compute in uint64_t.")
bool layers_times_square_in_uint32(uint64_t *n_params, size_t vocab_size,
                                   size_t max_seq_len, size_t n_layers, size_t d_model,
                                   bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model;
    const uint32_t n =
        (uint32_t)n_layers * (uint32_t)(12 * d * d + (qkv_bias ? 13 : 10) * d);
    *n_params = (vocab_size + max_seq_len) * d + n + 2 * d + (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, in_double,
      "A double counts up to 2^53, and not every number beyond: compute in uint64_t.")
bool in_double(uint64_t *n_params, size_t vocab_size, size_t max_seq_len, size_t n_layers,
               size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const double d = (double)d_model, v = (double)vocab_size;
    const double n = (v + (double)max_seq_len) * d +
                     (double)n_layers * (12 * d * d + (qkv_bias ? 13 : 10) * d) + 2 * d +
                     (tied ? 0 : v * d);
    *n_params = (uint64_t)n;
    return true;
}

WRONG(gpt2_parameter_count, beyond_32_bits, powers_in_double,
      "A double counts up to 2^53, and not every number beyond: compute in uint64_t.")
bool powers_in_double(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                      size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model;
    *n_params = (vocab_size + max_seq_len) * d +
                n_layers * (uint64_t)(12 * pow((double)d, 2) + (qkv_bias ? 13 : 10) * d) +
                2 * d + (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, worked_example, positions_twice,
      "The position table is counted twice.")
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

WRONG(gpt2_parameter_count, worked_example, positions_forgotten,
      "The position table is missing: max_seq_len x d_model.")
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

WRONG(gpt2_parameter_count, worked_example, head_always,
      "A tied model has no head of its own: here the table is counted twice.")
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

WRONG(gpt2_parameter_count, worked_example, head_never,
      "An untied model has a head of its own: one more vocab_size x d_model.")
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

WRONG(gpt2_parameter_count, worked_example, tied_turned_round,
      "A tied model has no head of its own: here the table is counted twice.")
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

WRONG(gpt2_parameter_count, worked_example, bias_turned_round,
      "qkv_bias is not looked at, or taken the wrong way round: without it each layer "
      "has 3 d_model fewer.")
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

WRONG(gpt2_parameter_count, worked_example, bias_ignored,
      "qkv_bias is not looked at, or taken the wrong way round: without it each layer "
      "has 3 d_model fewer.")
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

WRONG(gpt2_parameter_count, worked_example, no_last_normalisation,
      "The last normalisation is missing: 2 d_model.")
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

WRONG(gpt2_parameter_count, worked_example, normalisation_without_bias,
      "The last normalisation has a weight and a bias for each number: 2 d_model, not "
      "d_model.")
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

WRONG(gpt2_parameter_count, worked_example, weights_only,
      "The biases and normalisations are missing: 13 d_model in each layer, 10 without "
      "qkv_bias.")
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

WRONG(gpt2_parameter_count, worked_example, no_layer_normalisation,
      "The two normalisations of each layer are missing: 4 d_model.")
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

WRONG(gpt2_parameter_count, four_sizes, one_layer_only, "Only one layer is counted.")
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

WRONG(gpt2_parameter_count, random_models, bias_missing_once,
      "The missing bias is subtracted only once: it is missing in each layer.")
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

WRONG(gpt2_parameter_count, worked_example, bias_of_one_d,
      "The missing bias is one of d_model: query, key and value make 3 d_model.")
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

WRONG(gpt2_parameter_count, beyond_32_bits, in_32_bits,
      "This has lost what is above 32 bits: compute in uint64_t.")
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

WRONG(gpt2_parameter_count, worked_example, head_with_bias, "The head has no bias.")
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

WRONG(gpt2_parameter_count, worked_example, no_token_table,
      "A table of vocab_size x d_model is missing: the token table itself, or it was "
      "taken away because a model is tied.")
bool no_token_table(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                    size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    uint64_t n = 0;
    if (!gpt2_parameter_count(&n, vocab_size, max_seq_len, n_layers, d_model, qkv_bias,
                              tied))
        return false;
    *n_params = n - (uint64_t)vocab_size * d_model;
    return true;
}

WRONG(gpt2_parameter_count, worked_example, no_linear_biases,
      "The biases of the linear layers are missing: 9 d_model in each layer, 6 without "
      "qkv_bias.")
bool no_linear_biases(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                      size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    uint64_t n = 0;
    if (!gpt2_parameter_count(&n, vocab_size, max_seq_len, n_layers, d_model, qkv_bias,
                              tied))
        return false;
    *n_params = n - n_layers * (qkv_bias ? 9 : 6) * (uint64_t)d_model;
    return true;
}

WRONG(gpt2_parameter_count, worked_example, attention_output_forgotten,
      "The output of the attention is missing: d_model x d_model and d_model in each "
      "layer.")
bool attention_output_forgotten(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                                size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    uint64_t n = 0;
    if (!gpt2_parameter_count(&n, vocab_size, max_seq_len, n_layers, d_model, qkv_bias,
                              tied))
        return false;
    *n_params = n - n_layers * ((uint64_t)d_model * d_model + d_model);
    return true;
}

WRONG(gpt2_parameter_count, worked_example, second_layer_forgotten,
      "Only one of the two layers of 4 d_model x d_model is counted.")
bool second_layer_forgotten(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                            size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    uint64_t n = 0;
    if (!gpt2_parameter_count(&n, vocab_size, max_seq_len, n_layers, d_model, qkv_bias,
                              tied))
        return false;
    *n_params = n - n_layers * (4 * (uint64_t)d_model * d_model + d_model);
    return true;
}

CAUGHT(gpt2_parameter_count, refuses_zero, no_positions_are_fine, "must return false")
bool no_positions_are_fine(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                           size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model, block = 12 * d * d + (qkv_bias ? 13 : 10) * d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * block + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

CAUGHT(gpt2_parameter_count, refuses_zero, zero_if_all_are, "must return false")
bool zero_if_all_are(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                     size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (vocab_size == 0 && max_seq_len == 0 && d_model == 0)
        return false;
    const uint64_t d = d_model, block = 12 * d * d + (qkv_bias ? 13 : 10) * d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * block + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

CAUGHT(gpt2_parameter_count, worked_example, block_kept, "keeps something")
bool block_kept(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    static uint64_t block, of_width; // "a block depends on the width"
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    const uint64_t d = d_model;
    if (of_width != d)
        block = 12 * d * d + (qkv_bias ? 13 : 10) * d;
    of_width = d;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * block + 2 * d +
                (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, worked_example, bias_added_on_top,
      "The 13 d_model of a layer hold its qkv bias: where there is none, 3 d_model are "
      "subtracted, and where there is one, nothing is added.")
bool bias_added_on_top(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                       size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (!gpt2_parameter_count(n_params, vocab_size, max_seq_len, n_layers, d_model, true,
                              tied))
        return false;
    *n_params += qkv_bias ? (uint64_t)3 * d_model * n_layers : 0;
    return true;
}

WRONG(gpt2_parameter_count, worked_example, layers_times_squares_only,
      "n_layers multiplies all of a layer: n_layers (12 d^2 + 13 d), with brackets.")
bool layers_times_squares_only(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                               size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    const uint64_t d = d_model;
    if (vocab_size == 0 || max_seq_len == 0 || d_model == 0)
        return false;
    *n_params = (vocab_size + max_seq_len) * d + n_layers * 12 * d * d + 13 * d -
                (qkv_bias ? 0 : 3 * d) + 2 * d + (tied ? 0 : vocab_size * d);
    return true;
}

WRONG(gpt2_parameter_count, worked_example, last_normalisation_each_time,
      "The last normalisation is counted in each layer: it stands once, behind all of "
      "them.")
bool last_normalisation_each_time(uint64_t *n_params, size_t vocab_size,
                                  size_t max_seq_len, size_t n_layers, size_t d_model,
                                  bool qkv_bias, bool tied)
{
    if (!gpt2_parameter_count(n_params, vocab_size, max_seq_len, n_layers, d_model,
                              qkv_bias, tied))
        return false;
    *n_params += (uint64_t)2 * d_model * n_layers - (uint64_t)2 * d_model;
    return true;
}

// ------------------------------------------------------------------ 5.4 entropy_at_scale

WRONG(entropy_at_scale, large_scores, scaled_below_largest,
      "The largest score is looked for before it is scaled: with a negative scale it "
      "belongs to another word.")
float scaled_below_largest(const float *h, const float *wte, float scale,
                           size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * (dot(h, wte + v * d_model, d_model) - largest);
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, vanishing_shares, zero_log_zero,
      "A probability of 0 adds nothing to the entropy, but 0 x log(0) is NaN in C: leave "
      "such words out.")
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

WRONG(entropy_at_scale, large_scores, largest_from_zero,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_zero(const float *h, const float *wte, float scale, size_t vocab_size,
                        size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, largest_from_zero_guarded,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_zero_guarded(const float *h, const float *wte, float scale,
                                size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = 0.0, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        double p =
            exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) / sum;
        if (p > 0.0)
            entropy -= p * log(p);
    }
    return (float)entropy;
}

WRONG(entropy_at_scale, large_scores, largest_from_minus_1000,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_minus_1000(const float *h, const float *wte, float scale,
                              size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -1000.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, largest_from_minus_1e9,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_minus_1e9(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -1e9;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, largest_from_minus_1e30,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_minus_1e30(const float *h, const float *wte, float scale,
                              size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -1e30;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, largest_from_minus_flt_max,
      "The search for the largest score starts too high: scores may all lie far below 0. "
      "Start with the first one, or with -INFINITY.")
float largest_from_minus_flt_max(const float *h, const float *wte, float scale,
                                 size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -3.402823466e38;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, largest_as_float,
      "A float has 24 bits, and it ends at 3.4e38: keep the scores, the "
      "largest of them and the sums in double.")
float largest_as_float(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    float largest = -INFINITY;
    for (size_t v = 0; v < vocab_size; v++)
        largest =
            fmaxf(largest, (float)((double)scale * dot(h, wte + v * d_model, d_model)));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, sums_in_double, scores_in_float,
      "A float has 24 bits, and it ends at 3.4e38: keep the scores, the "
      "largest of them and the sums in double.")
float scores_in_float(const float *h, const float *wte, float scale, size_t vocab_size,
                      size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t v = 0; v < vocab_size; v++) {
            volatile float score = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                score = score + h[i] * wte[v * d_model + i];
            const double z = (double)scale * (double)score;
            largest = pass == 0 ? fmax(largest, z) : largest;
            sum += pass == 0 ? 0.0 : exp(z - largest);
            weighted += pass == 0 ? 0.0 : (z - largest) * exp(z - largest);
        }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, sums_in_double, score_cut_to_float,
      "A float has 24 bits, and it ends at 3.4e38: keep the scores, the "
      "largest of them and the sums in double.")
float score_cut_to_float(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(
            largest, (double)(float)((double)scale * dot(h, wte + v * d_model, d_model)));
    for (size_t v = 0; v < vocab_size; v++) {
        const float score = (float)((double)scale * dot(h, wte + v * d_model, d_model));
        const double z = (double)score - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, vanishing_shares, shares_in_float,
      "A float has 24 bits, and adding up loses the rest: do the sums in double.")
float shares_in_float(const float *h, const float *wte, float scale, size_t vocab_size,
                      size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY;
    volatile float sum = 0.0f, weighted = 0.0f;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum = sum + (float)exp(z);
        weighted = weighted + (float)(z * exp(z));
    }
    return logf(sum) - weighted / sum;
}

WRONG(entropy_at_scale, vanishing_shares, shares_below_1e_6_dropped,
      "Small probabilities are left out: many of them together count.")
float shares_below_1e_6_dropped(const float *h, const float *wte, float scale,
                                size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double p =
            exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) / sum;
        entropy -= p > 1e-6 ? p * log(p) : 0.0;
    }
    return (float)entropy;
}

WRONG(entropy_at_scale, vanishing_shares, shares_below_1e_10_dropped,
      "Small probabilities are left out: many of them together count.")
float shares_below_1e_10_dropped(const float *h, const float *wte, float scale,
                                 size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double p =
            exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) / sum;
        entropy -= p > 1e-10 ? p * log(p) : 0.0;
    }
    return (float)entropy;
}

WRONG(entropy_at_scale, vanishing_shares, log_of_a_little_more,
      "A small number was added to p before its logarithm, which changes it: where p is "
      "0, p log p is 0, and nothing is to be added to the sum.")
float log_of_a_little_more(const float *h, const float *wte, float scale,
                           size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double p =
            exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) / sum;
        entropy -= p * log(p + 1e-9);
    }
    return (float)entropy;
}

WRONG(entropy_at_scale, scale_zero, scale_zero_is_sure,
      "With scale 0 all scores are 0, and equal: the entropy is ln(vocab_size).")
float scale_zero_is_sure(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    return scale == 0.0f ? 0.0f : entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

WRONG(entropy_at_scale, random_vectors, negative_scale_refused,
      "A negative scale is fine: it turns the order of the scores round.")
float negative_scale_refused(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model)
{
    return scale < 0.0f ? NAN : entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

WRONG(entropy_at_scale, scale_zero, scale_zero_refused,
      "With scale 0 all scores are 0, and equal: the entropy is ln(vocab_size).")
float scale_zero_refused(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    return scale == 0.0f ? NAN : entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

WRONG(entropy_at_scale, random_vectors, small_scale_as_zero,
      "A small scale is taken for 0: h may be as long as the scale is small.")
float small_scale_as_zero(const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    return entropy_at_scale(h, wte, fabsf(scale) < 1e-6f ? 0.0f : scale, vocab_size,
                            d_model);
}

WRONG(entropy_at_scale, random_vectors, small_numbers_as_zero,
      "Small numbers of h are taken for 0: the scale may be as large as they are small.")
float small_numbers_as_zero(const float *h, const float *wte, float scale,
                            size_t vocab_size, size_t d_model)
{
    float *kept = calloc(d_model + 1, sizeof *kept);
    for (size_t i = 0; i < d_model; i++)
        kept[i] = fabsf(h[i]) < 1e-9f ? 0.0f : h[i];
    const float entropy = entropy_at_scale(kept, wte, scale, vocab_size, d_model);
    free(kept);
    return entropy;
}

WRONG(entropy_at_scale, random_vectors, zero_vector_is_sure,
      "Where h is all zeros all scores are equal: the entropy is ln(vocab_size).")
float zero_vector_is_sure(const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    return d_model > 0 && dot(h, h, d_model) == 0.0
               ? 0.0f
               : entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

WRONG(entropy_at_scale, random_vectors, first_number_only,
      "Only the first number of h and of a row is used: the score is a sum over i.")
float first_number_only(const float *h, const float *wte, float scale, size_t vocab_size,
                        size_t d_model)
{
    float *first = calloc(vocab_size + 1, sizeof *first);
    for (size_t v = 0; v < vocab_size; v++)
        first[v] = wte[v * d_model];
    const float out = entropy_at_scale(h, first, scale, vocab_size, d_model > 0);
    free(first);
    return out;
}

WRONG(entropy_at_scale, large_scores, largest_before_scaling,
      "The largest score is looked for before it is scaled: with a negative scale it "
      "belongs to another word.")
float largest_before_scaling(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model)
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

WRONG(entropy_at_scale, random_vectors, scale_on_both,
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
float scale_as_temperature(const float *h, const float *wte, float scale,
                           size_t vocab_size, size_t d_model)
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

WRONG(entropy_at_scale, reference_numbers, sum_in_bits,
      "log2 is the logarithm to base 2, and exp goes with the natural one: use log.")
float sum_in_bits(const float *h, const float *wte, float scale, size_t vocab_size,
                  size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log2(sum) - weighted / sum);
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

WRONG(entropy_at_scale, large_scores, first_subtracted,
      "A score is subtracted that is not the largest: the largest, without it, may leave "
      "the range of a double.")
float first_subtracted(const float *h, const float *wte, float scale, size_t vocab_size,
                       size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    const double taken_away = (double)scale * dot(h, wte, d_model);
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - taken_away;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, mean_subtracted,
      "A score is subtracted that is not the largest: the largest, without it, may leave "
      "the range of a double.")
float mean_subtracted(const float *h, const float *wte, float scale, size_t vocab_size,
                      size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double taken_away = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        taken_away +=
            (double)scale * dot(h, wte + v * d_model, d_model) / (double)vocab_size;
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - taken_away;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, large_scores, nothing_subtracted,
      "e^z leaves the range of a float at z = 89 and of a double at 710: subtract the "
      "largest score from all of them first.")
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

WRONG(entropy_at_scale, random_vectors, scale_without_sign,
      "The scale has lost its sign: a negative one makes the smallest score the largest.")
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

CAUGHT(entropy_at_scale, millions_of_words, scores_on_the_stack, "ran out of stack")
float scores_on_the_stack(const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double z[vocab_size], largest = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest =
            fmax(largest, z[v] = (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        sum += exp(z[v] - largest);
        weighted += (z[v] - largest) * exp(z[v] - largest);
    }
    return (float)(log(sum) - weighted / sum);
}

CAUGHT(entropy_at_scale, large_sizes, stretched_on_the_stack, "ran out of stack")
float stretched_on_the_stack(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    float stretched[d_model];
    for (size_t i = 0; i < d_model; i++)
        stretched[i] = scale * h[i];
    return entropy_at_scale(stretched, wte, 1.0f, vocab_size, d_model);
}

CAUGHT(entropy_at_scale, large_sizes, room_for_4096_words, "got")
float room_for_4096_words(const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    return entropy_at_scale(h, wte, scale, vocab_size < 4096 ? vocab_size : 4096,
                            d_model);
}

CAUGHT(entropy_at_scale, millions_of_words, words_of_gpt2_only, "got")
float words_of_gpt2_only(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    return entropy_at_scale(h, wte, scale, vocab_size < 50257 ? vocab_size : 50257,
                            d_model);
}

CAUGHT(entropy_at_scale, large_scores, largest_kept, "keeps something")
float largest_kept(const float *h, const float *wte, float scale, size_t vocab_size,
                   size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    static double largest = -INFINITY; // never set back
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    double sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return (float)(log(sum) - weighted / sum);
}

CAUGHT(entropy_at_scale, random_vectors, scores_kept, "keeps something")
float scores_kept(const float *h, const float *wte, float scale, size_t vocab_size,
                  size_t d_model)
{
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    static double z[512]; // "the scores of one table and one h, at any scale"
    static const float *of_h, *of_wte;
    double largest = -INFINITY, sum = 0.0, weighted = 0.0;
    if (vocab_size > 512)
        return entropy_at_scale(h, wte, scale, vocab_size, d_model);
    for (size_t v = 0; (of_h != h || of_wte != wte) && v < vocab_size; v++)
        z[v] = dot(h, wte + v * d_model, d_model);
    of_h = h, of_wte = wte;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * z[v]);
    for (size_t v = 0; v < vocab_size; v++) {
        sum += exp((double)scale * z[v] - largest);
        weighted +=
            ((double)scale * z[v] - largest) * exp((double)scale * z[v] - largest);
    }
    return (float)(log(sum) - weighted / sum);
}

WRONG(entropy_at_scale, random_vectors, nearly_even_is_even,
      "An entropy close to ln(vocab_size) is made exactly that.")
float nearly_even_is_even(const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    const float entropy = entropy_at_scale(h, wte, scale, vocab_size, d_model);
    const float most = logf((float)vocab_size);
    return fabsf(entropy - most) < 1e-3f ? most : entropy;
}

// The sum of all e^z and of all z e^z, with z the score minus the largest, which is given.
static double sums_of_scores(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model, double *weighted,
                             double *largest)
{
    double sum = 0.0;
    *largest = -INFINITY, *weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        *largest = fmax(*largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * dot(h, wte + v * d_model, d_model) - *largest;
        sum += exp(z);
        *weighted += z * exp(z);
    }
    return sum;
}

WRONG(entropy_at_scale, reference_numbers, weighted_not_divided,
      "The sum of all z e^z is not divided by S.")
float weighted_not_divided(const float *h, const float *wte, float scale,
                           size_t vocab_size, size_t d_model)
{
    double weighted, largest;
    const double sum =
        sums_of_scores(h, wte, scale, vocab_size, d_model, &weighted, &largest);
    return vocab_size > 0 && d_model > 0 ? (float)(log(sum) - weighted) : NAN;
}

WRONG(entropy_at_scale, reference_numbers, weighted_added,
      "The sum of all z e^z, divided by S, is subtracted from ln S: here it is added.")
float weighted_added(const float *h, const float *wte, float scale, size_t vocab_size,
                     size_t d_model)
{
    double weighted, largest;
    const double sum =
        sums_of_scores(h, wte, scale, vocab_size, d_model, &weighted, &largest);
    return vocab_size > 0 && d_model > 0 ? (float)(log(sum) + weighted / sum) : NAN;
}

WRONG(entropy_at_scale, reference_numbers, weighted_by_scores,
      "The largest score is taken away in S, and not in the z before e^z: both use the "
      "same z.")
float weighted_by_scores(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    double weighted, largest;
    const double sum =
        sums_of_scores(h, wte, scale, vocab_size, d_model, &weighted, &largest);
    return vocab_size > 0 && d_model > 0 ? (float)(log(sum) - weighted / sum - largest)
                                         : NAN;
}

WRONG(entropy_at_scale, reference_numbers, exponentials_for_shares,
      "The exponentials are not divided by their sum: p log p is of probabilities.")
float exponentials_for_shares(const float *h, const float *wte, float scale,
                              size_t vocab_size, size_t d_model)
{
    double weighted, largest;
    sums_of_scores(h, wte, scale, vocab_size, d_model, &weighted, &largest);
    return vocab_size > 0 && d_model > 0 ? (float)-weighted : NAN;
}

WRONG(entropy_at_scale, reference_numbers, scores_go_on,
      "The dot product goes on from one word to the next: set it to 0 for each.")
float scores_go_on(const float *h, const float *wte, float scale, size_t vocab_size,
                   size_t d_model)
{
    double *z = malloc((vocab_size + 1) * sizeof *z), sum = 0.0, all = 0.0,
           weighted = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        sum += dot(h, wte + v * d_model, d_model);
        z[v] = (double)scale * sum;
    }
    double largest = vocab_size > 0 ? z[0] : 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, z[v]);
    for (size_t v = 0; v < vocab_size; v++) {
        all += exp(z[v] - largest);
        weighted += (z[v] - largest) * exp(z[v] - largest);
    }
    free(z);
    return vocab_size > 0 && d_model > 0 ? (float)(log(all) - weighted / all) : NAN;
}

WRONG(entropy_at_scale, vanishing_shares, log_of_hardly_more,
      "A small number was added to p before its logarithm, which changes it: where p is "
      "0, p log p is 0, and nothing is to be added to the sum.")
float log_of_hardly_more(const float *h, const float *wte, float scale, size_t vocab_size,
                         size_t d_model)
{
    double weighted, largest, entropy = 0.0;
    const double sum =
        sums_of_scores(h, wte, scale, vocab_size, d_model, &weighted, &largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = (double)scale * dot(h, wte + v * d_model, d_model) - largest;
        entropy -= exp(z) / sum * log(exp(z) / sum + 1e-12);
    }
    return vocab_size > 0 && d_model > 0 ? (float)entropy : NAN;
}

// ------------------------------------------------------------------------ 5.5 logit_lens

WRONG(logit_lens, negative_logits, best_from_minus_1000,
      "The search for the best logit starts too high: logits may all lie far below 0, "
      "and below what a float holds. Start with the first one, or with -INFINITY.")
bool best_from_minus_1000(uint32_t *top, const float *h, const float *wte, size_t n_top,
                          size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -1000.0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) && (z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

WRONG(logit_lens, negative_logits, best_from_minus_1e9,
      "The search for the best logit starts too high: logits may all lie far below 0, "
      "and below what a float holds. Start with the first one, or with -INFINITY.")
bool best_from_minus_1e9(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -1e9;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) && (z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

WRONG(logit_lens, negative_logits, best_from_minus_1e30,
      "The search for the best logit starts too high: logits may all lie far below 0, "
      "and below what a float holds. Start with the first one, or with -INFINITY.")
bool best_from_minus_1e30(uint32_t *top, const float *h, const float *wte, size_t n_top,
                          size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -1e30;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) && (z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

WRONG(logit_lens, negative_logits, best_from_minus_flt_max,
      "The search for the best logit starts too high: logits may all lie far below 0, "
      "and below what a float holds. Start with the first one, or with -INFINITY.")
bool best_from_minus_flt_max(uint32_t *top, const float *h, const float *wte,
                             size_t n_top, size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -3.402823466e38;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) && (z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

WRONG(logit_lens, negative_logits, best_from_minus_1e9_as_word_0,
      "The search for the best logit starts too high: logits may all lie far below 0, "
      "and below what a float holds. Start with the first one, or with -INFINITY.")
bool best_from_minus_1e9_as_word_0(uint32_t *top, const float *h, const float *wte,
                                   size_t n_top, size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -1e9;
        size_t found = 0;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last || (z == last && v > top[k - 1])) && (z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

WRONG(logit_lens, sums_in_double, logit_cut_to_float,
      "A float has 24 bits: compute the logits in double, products and sums.")
bool logit_cut_to_float(uint32_t *top, const float *h, const float *wte, size_t n_top,
                        size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -INFINITY;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = (double)(float)dot(h, wte + v * d_model, d_model);
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

WRONG(logit_lens, sums_in_double, products_in_float,
      "A float has 24 bits: compute the logits in double, products and sums.")
bool products_in_float(uint32_t *top, const float *h, const float *wte, size_t n_top,
                       size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0.0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = 0.0;
            for (size_t i = 0; i < d_model; i++) {
                volatile float product = h[i] * wte[v * d_model + i];
                z += (double)product;
            }
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

WRONG(logit_lens, sums_in_double, nearly_equal_is_equal,
      "Logits that differ by little count as equal: only equal ones are.")
bool nearly_equal_is_equal(uint32_t *top, const float *h, const float *wte, size_t n_top,
                           size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -INFINITY;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || z < last - 1e-6 ||
                 (fabs(z - last) <= 1e-6 && v > top[k - 1])) &&
                (found == vocab_size || z > best + 1e-6)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

struct scored {
    double z;
    uint32_t v;
};

static int by_logit(const void *a, const void *b)
{
    const double x = ((const struct scored *)a)->z, y = ((const struct scored *)b)->z;
    return (x < y) - (x > y);
}

WRONG(logit_lens, ties, sorted_without_ids,
      "Of equal logits the smaller id comes first. (qsort does not promise to keep their "
      "order: compare the ids too.)")
bool sorted_without_ids(uint32_t *top, const float *h, const float *wte, size_t n_top,
                        size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    struct scored *all = calloc(vocab_size, sizeof *all);
    for (size_t v = 0; v < vocab_size; v++)
        all[v] = (struct scored){dot(h, wte + v * d_model, d_model), (uint32_t)v};
    qsort(all, vocab_size, sizeof *all, by_logit);
    for (size_t k = 0; k < n_top; k++)
        top[k] = all[k].v;
    free(all);
    return true;
}

WRONG(logit_lens, random_tables, compared_as_whole_numbers,
      "The difference of two logits is cut to a whole number: logits that are less than "
      "1 apart are not equal.")
bool compared_as_whole_numbers(uint32_t *top, const float *h, const float *wte,
                               size_t n_top, size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    struct scored *all = calloc(vocab_size, sizeof *all);
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = dot(h, wte + v * d_model, d_model);
        size_t k = v; // an insertion sort: stable
        for (; k > 0 && (int)(z - all[k - 1].z) > 0; k--)
            all[k] = all[k - 1];
        all[k] = (struct scored){z, (uint32_t)v};
    }
    for (size_t k = 0; k < n_top; k++)
        top[k] = all[k].v;
    free(all);
    return true;
}

WRONG(logit_lens, worked_example, skips_ties,
      "A word whose logit equals the last one chosen is skipped: it comes next.")
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

WRONG(logit_lens, sums_in_double, sums_in_float,
      "A float has 24 bits: compute the logits in double, products and sums.")
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

WRONG(logit_lens, negative_logits, starts_at_zero,
      "The search for the best starts at 0, or 0 marks a word that was chosen: where all "
      "logits are below it, no word is found.")
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

WRONG(logit_lens, negative_logits, starts_at_zero_unwritten,
      "The search for the best starts at 0, or 0 marks a word that was chosen: where all "
      "logits are below it, no word is found.")
bool starts_at_zero_unwritten(uint32_t *top, const float *h, const float *wte,
                              size_t n_top, size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0.0;
        for (size_t v = 0; v < vocab_size; v++) {
            const double z = dot(h, wte + v * d_model, d_model);
            bool better = z > best;
            for (size_t j = 0; better && j < k; j++)
                better = top[j] != v;
            if (better) {
                best = z;
                top[k] = (uint32_t)v;
            }
        }
    }
    return true;
}

WRONG(logit_lens, worked_example, larger_id_first,
      "Of equal logits the smaller id comes first. (qsort does not promise to keep their "
      "order: compare the ids too.)")
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

WRONG(logit_lens, random_tables, by_cosine,
      "These are the cosines' best: a logit is the dot product, not divided by a length.")
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

WRONG(logit_lens, random_tables, skips_word_0,
      "Word 0 is never chosen: ids start with 0.")
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

WRONG(logit_lens, random_tables, leaves_out_the_best,
      "The best word is left out: top[0] is the best.")
bool leaves_out_the_best(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    const size_t n = n_top < vocab_size ? n_top + 1 : n_top;
    uint32_t *all = malloc(n * sizeof *all);
    const bool good = logit_lens(all, h, wte, n, vocab_size, d_model);
    for (size_t k = 0; k < n_top; k++)
        top[k] = all[(k + 1) % n]; // "the best one is the word itself"
    free(all);
    return good;
}

static int ids_ascending(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

WRONG(logit_lens, random_tables, in_order_of_id,
      "These are the right words, but in the order of their ids.")
bool in_order_of_id(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    if (!logit_lens(top, h, wte, n_top, vocab_size, d_model))
        return false;
    qsort(top, n_top, sizeof *top, ids_ascending);
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

WRONG(logit_lens, ties, two_take_turns,
      "Of three equal logits two take turns: leave out all that were chosen before.")
bool two_take_turns(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = 0.0;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || (z <= last && v != top[k - 1])) &&
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

WRONG(logit_lens, worked_example, best_after_the_next,
      "A chosen word is left out only for the next place: leave out all that were chosen "
      "before.")
bool best_after_the_next(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double best = -INFINITY;
        size_t found = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double z = dot(h, wte + v * d_model, d_model);
            if ((k == 0 || v != top[k - 1]) && (found == vocab_size || z > best)) {
                best = z;
                found = v;
            }
        }
        top[k] = (uint32_t)found;
        last = best;
    }
    return true;
}

CAUGHT(logit_lens, large_sizes, places_up_to_1024, "must return true")
bool places_up_to_1024(uint32_t *top, const float *h, const float *wte, size_t n_top,
                       size_t vocab_size, size_t d_model)
{
    uint32_t chosen[1024];
    if (n_top > sizeof chosen / sizeof *chosen ||
        !logit_lens(chosen, h, wte, n_top, vocab_size, d_model))
        return false;
    memcpy(top, chosen, n_top * sizeof *top);
    return true;
}

CAUGHT(logit_lens, large_sizes, room_for_4096_used_words, "must return true")
bool room_for_4096_used_words(uint32_t *top, const float *h, const float *wte,
                              size_t n_top, size_t vocab_size, size_t d_model)
{
    bool used[4096] = {false};
    if (n_top == 0 || n_top > vocab_size || d_model == 0 || vocab_size > 4096)
        return false;
    for (size_t k = 0; k < n_top; k++) {
        size_t best = vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            if (!used[v] &&
                (best == vocab_size || dot(h, wte + v * d_model, d_model) >
                                           dot(h, wte + best * d_model, d_model)))
                best = v;
        used[best] = true;
        top[k] = (uint32_t)best;
    }
    return true;
}

CAUGHT(logit_lens, random_tables, marks_kept, "keeps something")
bool marks_kept(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    static unsigned char used[1 << 20]; // never set back
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    for (size_t k = 0; k < n_top; k++) {
        size_t best = vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            if (!used[v] &&
                (best == vocab_size || dot(h, wte + v * d_model, d_model) >
                                           dot(h, wte + best * d_model, d_model)))
                best = v;
        used[best] = 1;
        top[k] = (uint32_t)best;
    }
    return true;
}

CAUGHT(logit_lens, millions_of_words, ids_in_16_bits, "got")
bool ids_in_16_bits(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    if (!logit_lens(top, h, wte, n_top, vocab_size, d_model))
        return false;
    for (size_t k = 0; k < n_top; k++)
        top[k] = (uint16_t)top[k];
    return true;
}

CAUGHT(logit_lens, large_sizes, places_in_8_bits, "logit_lens")
bool places_in_8_bits(uint32_t *top, const float *h, const float *wte, size_t n_top,
                      size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double last = INFINITY;
    for (size_t place = 0; place < n_top; place++) {
        const uint8_t k = (uint8_t)place;
        double best = 0.0;
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

CAUGHT(logit_lens, millions_of_words, logits_on_the_stack, "ran out of stack")
bool logits_on_the_stack(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    double z[vocab_size];
    for (size_t v = 0; v < vocab_size; v++)
        z[v] = dot(h, wte + v * d_model, d_model);
    for (size_t k = 0; k < n_top; k++) {
        size_t best = 0;
        for (size_t v = 1; v < vocab_size; v++)
            best = z[v] > z[best] ? v : best;
        z[best] = -INFINITY;
        top[k] = (uint32_t)best;
    }
    return true;
}

CAUGHT(logit_lens, refuses_bad_sizes, count_cut_to_32_bits, "must return false")
bool count_cut_to_32_bits(uint32_t *top, const float *h, const float *wte, size_t n_top,
                          size_t vocab_size, size_t d_model)
{
    return logit_lens(top, h, wte, (uint32_t)n_top, vocab_size, d_model);
}

CAUGHT(logit_lens, refuses_bad_sizes, written_until_none_is_left, "must stay untouched")
bool written_until_none_is_left(uint32_t *top, const float *h, const float *wte,
                                size_t n_top, size_t vocab_size, size_t d_model)
{
    const size_t n = n_top < vocab_size ? n_top : vocab_size;
    return logit_lens(top, h, wte, n, vocab_size, d_model) && n == n_top;
}

CAUGHT(logit_lens, random_tables, logits_kept, "keeps something")
bool logits_kept(uint32_t *top, const float *h, const float *wte, size_t n_top,
                 size_t vocab_size, size_t d_model)
{
    static double z[512];
    static const float *of_h, *of_wte;
    static size_t of_size;
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    if (vocab_size > 512)
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    if (of_h != h || of_wte != wte || of_size != vocab_size)
        for (size_t v = 0; v < vocab_size; v++)
            z[v] = dot(h, wte + v * d_model, d_model);
    of_h = h, of_wte = wte, of_size = vocab_size;
    float table[512];
    const float one = 1.0f;
    for (size_t v = 0; v < vocab_size; v++)
        table[v] = (float)z[v];
    return logit_lens(top, &one, table, n_top, vocab_size, 1);
}

// ----------------------------------------------------------- what each of these tests sees

// A number behind the last one, in the sum or only looked at.
static float glance(const float *behind)
{
    const volatile float *at = behind;
    return *at;
}

CAUGHT(tied_backward, stays_in_bounds, slopes_read_on, "past the end of dlogits")
bool slopes_read_on(float *dwte, const float *dlogits, const float *wte,
                    const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                    size_t d_model)
{
    const float behind = glance(dlogits + n_tokens * vocab_size);
    (void)behind;
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(tied_backward, refuses_bad_ids, first_65536_ids_checked,
      "Only the first 65,536 ids are checked.")
bool first_65536_ids_checked(float *dwte, const float *dlogits, const float *wte,
                             const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                             size_t d_model)
{
    for (size_t t = 0; t < n_tokens && t < 65536; t++)
        if (ids[t] >= vocab_size)
            return false;
    return n_tokens > 65536 ||
           tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

CAUGHT(tied_backward, finite_differences, slopes_a_tenth_too_large, "dwte")
bool slopes_a_tenth_too_large(float *dwte, const float *dlogits, const float *wte,
                              const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                              size_t d_model)
{
    const size_t n = vocab_size * d_model;
    float *sum = calloc(n + 1, sizeof *sum);
    const bool good = sum != NULL && tied_backward(sum, dlogits, wte, ids, n_tokens,
                                                   vocab_size, d_model);
    for (size_t k = 0; good && k < n; k++)
        dwte[k] += 1.1f * sum[k];
    free(sum);
    return good;
}

CAUGHT(tied_projection_backward, stays_in_bounds, matrix_read_on, "past the end of m")
bool matrix_read_on(float *dwte, float *dm, const float *dlogits, const float *wte,
                    const float *m, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    const float behind = glance(m + d_model * d_model);
    (void)behind;
    return tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,
                                    d_model);
}

CAUGHT(tied_projection_backward, finite_differences, matrix_never_moved, "dm")
bool matrix_never_moved(float *dwte, float *dm, const float *dlogits, const float *wte,
                        const float *m, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    float *away = calloc(d_model * d_model + 1, sizeof *away);
    const bool good =
        away != NULL && tied_projection_backward(dwte, away, dlogits, wte, m, ids,
                                                 n_tokens, vocab_size, d_model);
    free(away);
    return good;
}

WRONG(tied_projection_backward, identity_matrix, matrix_by_its_diagonal,
      "A matrix with ones on its diagonal is taken for the one that changes nothing.")
bool matrix_by_its_diagonal(float *dwte, float *dm, const float *dlogits,
                            const float *wte, const float *m, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    float identity[16] = {0};
    bool has_ones = d_model <= 4;
    for (size_t i = 0; i < d_model && has_ones; i++) {
        has_ones = m[i * d_model + i] == 1.0f;
        identity[i * d_model + i] = 1.0f;
    }
    return tied_projection_backward(dwte, dm, dlogits, wte, has_ones ? identity : m, ids,
                                    n_tokens, vocab_size, d_model);
}

WRONG(tied_projection_backward, identity_matrix, matrix_of_zeros_left_alone,
      "With a matrix of zeros nothing is done: h is 0 then, but dm is not.")
bool matrix_of_zeros_left_alone(float *dwte, float *dm, const float *dlogits,
                                const float *wte, const float *m, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (dot(m, m, d_model * d_model) == 0.0)
        return all_below(ids, n_tokens, vocab_size);
    return tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,
                                    d_model);
}

CAUGHT(tied_projection_backward, identity_matrix, table_a_tenth_too_large, "dwte")
bool table_a_tenth_too_large(float *dwte, float *dm, const float *dlogits,
                             const float *wte, const float *m, const uint32_t *ids,
                             size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    float *sum = calloc(n + 1, sizeof *sum);
    const bool good =
        sum != NULL && tied_projection_backward(sum, dm, dlogits, wte, m, ids, n_tokens,
                                                vocab_size, d_model);
    for (size_t k = 0; good && k < n; k++)
        dwte[k] += 1.1f * sum[k];
    free(sum);
    return good;
}

WRONG(entropy_at_scale, vanishing_shares, small_entropy_is_nothing,
      "A small entropy was made 0: give it as it is.")
float small_entropy_is_nothing(const float *h, const float *wte, float scale,
                               size_t vocab_size, size_t d_model)
{
    const float entropy = entropy_at_scale(h, wte, scale, vocab_size, d_model);
    return entropy < 1e-8f ? 0.0f : entropy;
}

CAUGHT(entropy_at_scale, stays_in_bounds, table_read_on, "past the end of wte")
float table_read_on(const float *h, const float *wte, float scale, size_t vocab_size,
                    size_t d_model)
{
    const float behind = glance(wte + vocab_size * d_model);
    (void)behind;
    return entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

CAUGHT(logit_lens, stays_in_bounds, hidden_read_on, "past the end of h")
bool hidden_read_on(uint32_t *top, const float *h, const float *wte, size_t n_top,
                    size_t vocab_size, size_t d_model)
{
    const float behind = glance(h + d_model);
    (void)behind;
    return logit_lens(top, h, wte, n_top, vocab_size, d_model);
}

WRONG(logit_lens, ties, zero_vector_backwards,
      "If h is all zeros all logits are equal, and the smaller id comes first there too.")
bool zero_vector_backwards(uint32_t *top, const float *h, const float *wte, size_t n_top,
                           size_t vocab_size, size_t d_model)
{
    const bool good = logit_lens(top, h, wte, n_top, vocab_size, d_model);
    for (size_t i = 0; good && i < d_model; i++)
        if (h[i] != 0.0f)
            return true;
    for (size_t k = 0; good && k < n_top; k++)
        top[k] = (uint32_t)(vocab_size - 1 - k);
    return good;
}

WRONG(logit_lens, millions_of_words, taken_in_16_bits,
      "Which words were taken is kept for 65,536 of them: two of the vocabulary share a "
      "place.")
bool taken_in_16_bits(uint32_t *top, const float *h, const float *wte, size_t n_top,
                      size_t vocab_size, size_t d_model)
{
    static unsigned char taken[65536];
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    memset(taken, 0, sizeof taken);
    for (size_t k = 0; k < n_top; k++) {
        double best = 0.0;
        size_t place = vocab_size;
        for (size_t v = 0; v < vocab_size; v++) {
            double logit = 0.0;
            for (size_t i = 0; i < d_model && !taken[v % 65536]; i++)
                logit += (double)h[i] * (double)wte[v * d_model + i];
            if (!taken[v % 65536] && (place == vocab_size || logit > best)) {
                best = logit;
                place = v;
            }
        }
        if (place < vocab_size)
            taken[place % 65536] = 1;
        top[k] = (uint32_t)place;
    }
    return true;
}

CAUGHT(logit_lens, random_tables, eight_at_a_time, "top[")
bool eight_at_a_time(uint32_t *top, const float *h, const float *wte, size_t n_top,
                     size_t vocab_size, size_t d_model)
{
    const size_t kept = d_model > 16 ? d_model / 8 * 8 : d_model; // the rest is lost
    if (kept == d_model || n_top == 0 || n_top > vocab_size)
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    float *table = malloc((vocab_size * kept + 1) * sizeof *table);
    for (size_t v = 0; v < vocab_size; v++)
        memcpy(table + v * kept, wte + v * d_model, kept * sizeof *table);
    const bool good = logit_lens(top, h, table, n_top, vocab_size, kept);
    free(table);
    return good;
}

// The greatest of `logits` that are not chosen yet. `first` is where the search begins, and
// with `best_stays` each place begins with the best of the one before.
static bool choose_from(uint32_t *top, const double *logits, size_t n_top, size_t from,
                        size_t to, bool best_stays)
{
    double best = -INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        size_t found = 0;
        best = best_stays ? best : -INFINITY;
        for (size_t v = from; v < to; v++) {
            bool is_taken = false;
            for (size_t j = 0; j < k; j++)
                is_taken = is_taken || top[j] == v;
            if (!is_taken && logits[v] > best) {
                best = logits[v];
                found = v;
            }
        }
        top[k] = (uint32_t)found;
    }
    return true;
}

static bool choose_oddly(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model, size_t to, bool best_stays,
                         bool sum_stays)
{
    if (n_top == 0 || n_top > vocab_size || d_model == 0)
        return false;
    if (n_top > 100) // it would take long, and says nothing new
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    double *logits = malloc(vocab_size * sizeof *logits), sum = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        sum = (sum_stays ? sum : 0.0) + dot(h, wte + v * d_model, d_model);
        logits[v] = sum;
    }
    const bool good = choose_from(top, logits, n_top, 0, to, best_stays);
    free(logits);
    return good;
}

WRONG(logit_lens, worked_example, skips_the_last_word,
      "The last word is never chosen: v runs from 0 to vocab_size - 1.")
bool skips_the_last_word(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    return choose_oddly(top, h, wte, n_top, vocab_size, d_model, vocab_size - 1, false,
                        false);
}

WRONG(logit_lens, worked_example, best_stays,
      "The best logit of one place stays for the next, where nothing is greater: begin "
      "each search anew.")
bool best_stays(uint32_t *top, const float *h, const float *wte, size_t n_top,
                size_t vocab_size, size_t d_model)
{
    return choose_oddly(top, h, wte, n_top, vocab_size, d_model, vocab_size, true, false);
}

WRONG(logit_lens, worked_example, logits_go_on,
      "The dot product goes on from one word to the next: set it to 0 for each.")
bool logits_go_on(uint32_t *top, const float *h, const float *wte, size_t n_top,
                  size_t vocab_size, size_t d_model)
{
    return choose_oddly(top, h, wte, n_top, vocab_size, d_model, vocab_size, false, true);
}

// ----------------------------------------------- whole blocks, a single one, small, large

WRONG(
    tied_backward, random_shapes, tied_blocks_one_short,
    "Where the rows are a whole number of blocks of 16, their last number gets nothing.")
bool tied_blocks_one_short(float *dwte, const float *dlogits, const float *wte,
                           const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                           size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    const size_t n = d_model - (d_model > 0 && d_model % 16 == 0);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < n; i++) {
                const float slope = dlogits[t * vocab_size + v];
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
    return true;
}

WRONG(tied_backward, random_shapes, tied_small_slope_is_zero,
      "A slope below 1e-38 is left out: a float holds it.")
bool tied_small_slope_is_zero(float *dwte, const float *dlogits, const float *wte,
                              const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                              size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = dlogits[t * vocab_size + v];
            for (size_t i = 0; i < d_model && !(fabsf(slope) < 1e-38f); i++) {
                dwte[ids[t] * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[ids[t] * d_model + i];
            }
        }
    return true;
}

WRONG(tied_backward, refuses_bad_ids, tied_single_id_may_be_the_size,
      "A single id is compared with vocab_size by >: the largest allowed is one less.")
bool tied_single_id_may_be_the_size(float *dwte, const float *dlogits, const float *wte,
                                    const uint32_t *ids, size_t n_tokens,
                                    size_t vocab_size, size_t d_model)
{
    if (n_tokens != 1 || ids[0] != vocab_size || vocab_size == 0 || d_model == 0)
        return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
    for (size_t i = 0; i < d_model; i++)
        dwte[i] += dlogits[0] * wte[i];
    return true;
}

WRONG(tied_projection_backward, random_shapes, projected_blocks_one_short,
      "Where the rows are a whole number of blocks of 16, the last number of the last "
      "row of "
      "dm gets nothing.")
bool projected_blocks_one_short(float *dwte, float *dm, const float *dlogits,
                                const float *wte, const float *m, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t last = d_model * d_model - (d_model > 0);
    const float kept = d_model > 0 ? dm[last] : 0;
    if (!tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,
                                  d_model))
        return false;
    if (d_model > 0 && d_model % 16 == 0)
        dm[last] = kept;
    return true;
}

WRONG(tied_projection_backward, random_shapes, projected_nan_of_m_dropped,
      "What is NaN in m is taken for 0: NaN times anything is NaN.")
bool projected_nan_of_m_dropped(float *dwte, float *dm, const float *dlogits,
                                const float *wte, const float *m, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    float *mended = malloc(d_model * d_model * sizeof *mended + 1);
    for (size_t k = 0; k < d_model * d_model; k++)
        mended[k] = isnan(m[k]) ? 0 : m[k];
    const bool good = tied_projection_backward(dwte, dm, dlogits, wte, mended, ids,
                                               n_tokens, vocab_size, d_model);
    free(mended);
    return good;
}

WRONG(gpt2_parameter_count, beyond_32_bits, count_refuses_by_product,
      "The sizes were multiplied to see whether one is 0, and the product of large ones "
      "can "
      "be 0, too: look at each.")
bool count_refuses_by_product(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                              size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    return vocab_size * max_seq_len * d_model != 0 &&
           gpt2_parameter_count(n_params, vocab_size, max_seq_len, n_layers, d_model,
                                qkv_bias, tied);
}

WRONG(gpt2_parameter_count, beyond_32_bits, count_of_a_narrow_width,
      "The width was cut to 32 bits: a size_t holds more.")
bool count_of_a_narrow_width(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                             size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    return gpt2_parameter_count(n_params, vocab_size, max_seq_len, n_layers,
                                (uint32_t)d_model, qkv_bias, tied);
}

WRONG(
    entropy_at_scale, random_vectors, entropy_of_blocks_one_short,
    "Where the rows are a whole number of blocks of 16, their last number is left out of "
    "the scores.")
float entropy_of_blocks_one_short(const float *h, const float *wte, float scale,
                                  size_t vocab_size, size_t d_model)
{
    if (d_model == 0 || d_model % 16 != 0)
        return entropy_at_scale(h, wte, scale, vocab_size, d_model);
    float *copy = malloc(d_model * sizeof *copy);
    memcpy(copy, h, d_model * sizeof *copy);
    copy[d_model - 1] = 0;
    const float entropy = entropy_at_scale(copy, wte, scale, vocab_size, d_model);
    free(copy);
    return entropy;
}

WRONG(entropy_at_scale, large_scores, entropy_search_without_the_last,
      "The search for the largest score leaves out the last one.")
float entropy_search_without_the_last(const float *h, const float *wte, float scale,
                                      size_t vocab_size, size_t d_model)
{
    double largest = -INFINITY, sum = 0, weighted = 0;
    double *z = calloc(vocab_size + 1, sizeof *z);
    for (size_t v = 0; v < vocab_size; v++) {
        for (size_t i = 0; i < d_model; i++)
            z[v] += (double)scale * (double)h[i] * (double)wte[v * d_model + i];
        if (v + 1 < vocab_size || v == 0)
            largest = fmax(largest, z[v]);
    }
    for (size_t v = 0; v < vocab_size; v++) {
        sum += exp(z[v] - largest);
        weighted += (z[v] - largest) * exp(z[v] - largest);
    }
    free(z);
    return vocab_size == 0 || d_model == 0 ? NAN : (float)(log(sum) - weighted / sum);
}

WRONG(logit_lens, random_tables, lens_blocks_one_short,
      "Where n_top is a whole number of blocks of 16, the last place is wrong.")
bool lens_blocks_one_short(uint32_t *top, const float *h, const float *wte, size_t n_top,
                           size_t vocab_size, size_t d_model)
{
    if (!logit_lens(top, h, wte, n_top, vocab_size, d_model))
        return false;
    if (n_top % 16 == 0)
        top[n_top - 1] = top[0];
    return true;
}

WRONG(logit_lens, random_tables, lens_one_without_the_last,
      "With n_top 1 the last word is never the best.")
bool lens_one_without_the_last(uint32_t *top, const float *h, const float *wte,
                               size_t n_top, size_t vocab_size, size_t d_model)
{
    return logit_lens(top, h, wte, n_top, vocab_size - (n_top == 1 && vocab_size > 1),
                      d_model);
}

// -------------------------------------------- rests of blocks, rows of zeros, what is kept

// Blocks of 8, and of a rest of 6 or 7 one too few.
static size_t rest_cut(size_t n)
{
    return n > 8 && n % 8 >= 6 ? n - 1 : n;
}

static bool all_zero(const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (row[i] != 0.0f)
            return false;
    return true;
}

enum skipped { NOTHING_SKIPPED, ROWS_READ, ROWS_OF_WORDS };

// Both halves of the first numbers, words and positions, but for rows of zeros.
static bool halves_of_first(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model, const size_t first[3], enum skipped skipped)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < first[0]; t++)
        for (size_t v = 0; v < first[1]; v++) {
            const float slope = dlogits[t * vocab_size + v];
            const size_t x = ids[t];
            if ((skipped == ROWS_READ && all_zero(wte + x * d_model, d_model)) ||
                (skipped == ROWS_OF_WORDS && all_zero(wte + v * d_model, d_model)))
                continue;
            for (size_t i = 0; i < first[2]; i++) {
                dwte[x * d_model + i] += slope * wte[v * d_model + i];
                dwte[v * d_model + i] += slope * wte[x * d_model + i];
            }
        }
    return true;
}

WRONG(
    tied_backward, random_shapes, last_of_a_rest_gets_nothing,
    "The last number of each row gets nothing here: behind whole blocks there may be any "
    "rest.")
bool last_of_a_rest_gets_nothing(float *dwte, const float *dlogits, const float *wte,
                                 const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                                 size_t d_model)
{
    return halves_of_first(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                           (size_t[]){n_tokens, vocab_size, rest_cut(d_model)},
                           NOTHING_SKIPPED);
}

WRONG(tied_backward, random_shapes, last_word_of_a_rest_left,
      "The last word is left out here: behind whole blocks there may be any rest.")
bool last_word_of_a_rest_left(float *dwte, const float *dlogits, const float *wte,
                              const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                              size_t d_model)
{
    return halves_of_first(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                           (size_t[]){n_tokens, rest_cut(vocab_size), d_model},
                           NOTHING_SKIPPED);
}

WRONG(tied_backward, random_shapes, last_position_of_a_rest_left,
      "The last position is left out here: behind whole blocks there may be any rest.")
bool last_position_of_a_rest_left(float *dwte, const float *dlogits, const float *wte,
                                  const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                                  size_t d_model)
{
    return halves_of_first(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                           (size_t[]){rest_cut(n_tokens), vocab_size, d_model},
                           NOTHING_SKIPPED);
}

WRONG(tied_backward, random_shapes, zeros_read_add_nothing,
      "Where the row that was read is all zeros, nothing is added: the output half is 0 "
      "then, and the input half is not.")
bool zeros_read_add_nothing(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    return halves_of_first(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                           (size_t[]){n_tokens, vocab_size, d_model}, ROWS_READ);
}

WRONG(
    tied_backward, random_shapes, words_of_zeros_get_nothing,
    "A word whose row is all zeros is left out: the input half is 0 then, and the output "
    "half is not.")
bool words_of_zeros_get_nothing(float *dwte, const float *dlogits, const float *wte,
                                const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                                size_t d_model)
{
    return halves_of_first(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model,
                           (size_t[]){n_tokens, vocab_size, d_model}, ROWS_OF_WORDS);
}

WRONG(tied_backward, random_shapes, slopes_cut_at_1e20,
      "A large slope is cut to a smaller one: large numbers count as they are.")
bool slopes_cut_at_1e20(float *dwte, const float *dlogits, const float *wte,
                        const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    const size_t n = n_tokens * vocab_size;
    float *cut = malloc(n * sizeof *cut + 1);
    for (size_t k = 0; k < n; k++)
        cut[k] = fabsf(dlogits[k]) > 1e20f ? copysignf(1e20f, dlogits[k]) : dlogits[k];
    const bool good = tied_backward(dwte, cut, wte, ids, n_tokens, vocab_size, d_model);
    free(cut);
    return good;
}

WRONG(tied_backward, random_shapes, square_slopes_turned,
      "Where there are as many positions as words, rows and columns of dlogits are "
      "exchanged.")
bool square_slopes_turned(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    if (n_tokens != vocab_size || n_tokens < 10)
        return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
    float *turned = malloc(n_tokens * n_tokens * sizeof *turned);
    for (size_t k = 0; k < n_tokens * n_tokens; k++)
        turned[k] = dlogits[k % n_tokens * n_tokens + k / n_tokens];
    const bool good =
        tied_backward(dwte, turned, wte, ids, n_tokens, vocab_size, d_model);
    free(turned);
    return good;
}

WRONG(tied_backward, random_shapes, old_nan_forgotten,
      "What was NaN or infinite in dwte is taken for 0: += adds to whatever is there.")
bool old_nan_forgotten(float *dwte, const float *dlogits, const float *wte,
                       const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                       size_t d_model)
{
    for (size_t k = 0; k < vocab_size * d_model; k++)
        if (all_below(ids, n_tokens, vocab_size) && !isfinite(dwte[k]))
            dwte[k] = 0.0f;
    return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
}

// Of four ids one is not looked at; what it says is not read either.
static bool three_of_four_below(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size && (t % 4 != 1 || n_tokens < 12))
            return false;
    return true;
}

WRONG(tied_backward, refuses_bad_ids, one_of_four_ids_unchecked,
      "Some of the ids are not checked, and one of those is not below vocab_size.")
bool one_of_four_ids_unchecked(float *dwte, const float *dlogits, const float *wte,
                               const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                               size_t d_model)
{
    return three_of_four_below(ids, n_tokens, vocab_size) &&
           (!all_below(ids, n_tokens, vocab_size) ||
            tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model));
}

CAUGHT(tied_backward, adds_to_what_is_there, sums_for_a_table_kept, "keeps something")
bool sums_for_a_table_kept(float *dwte, const float *dlogits, const float *wte,
                           const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                           size_t d_model)
{
    static float table[1024], sums[1024];
    static size_t n_kept;
    const size_t n = vocab_size * d_model;
    if (!all_below(ids, n_tokens, vocab_size) || n > 1024)
        return tied_backward(dwte, dlogits, wte, ids, n_tokens, vocab_size, d_model);
    if (n != n_kept || memcmp(table, wte, n * sizeof *wte) != 0) {
        memset(sums, 0, sizeof sums);
        tied_backward(sums, dlogits, wte, ids, n_tokens, vocab_size, d_model);
        memcpy(table, wte, n * sizeof *wte);
        n_kept = n;
    }
    for (size_t k = 0; k < n; k++)
        dwte[k] += sums[k];
    return true;
}

// The right sums, of dm some only: `counts` says which.
static bool projected_where(bool counts(const float *m, size_t d, size_t i, size_t j),
                            float *dwte, float *dm, const float *dlogits,
                            const float *wte, const float *m, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = d_model * d_model;
    float *more = calloc(n + 1, sizeof *more);
    const bool good = tied_projection_backward(dwte, more, dlogits, wte, m, ids, n_tokens,
                                               vocab_size, d_model);
    for (size_t k = 0; k < n && good; k++)
        if (counts(m, d_model, k / d_model, k % d_model))
            dm[k] += more[k];
    free(more);
    return good;
}

static bool is_diagonal(const float *m, size_t d)
{
    for (size_t k = 0; k < d * d; k++)
        if (k / d != k % d && m[k] != 0.0f)
            return false;
    return d > 1 && m[0] != m[d * d - 1];
}

static bool on_the_diagonal_if_m_is(const float *m, size_t d, size_t i, size_t j)
{
    return i == j || !is_diagonal(m, d);
}

static bool but_the_last_of_a_rest(const float *m, size_t d, size_t i, size_t j)
{
    (void)m, (void)i;
    return j < rest_cut(d);
}

WRONG(tied_projection_backward, identity_matrix, diagonal_stays_diagonal,
      "Where m is 0 outside the diagonal, dm is made 0 there: all numbers of dm count.")
bool diagonal_stays_diagonal(float *dwte, float *dm, const float *dlogits,
                             const float *wte, const float *m, const uint32_t *ids,
                             size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return projected_where(on_the_diagonal_if_m_is, dwte, dm, dlogits, wte, m, ids,
                           n_tokens, vocab_size, d_model);
}

WRONG(
    tied_projection_backward, random_shapes, last_column_of_a_rest_left,
    "The last column of dm gets nothing here: behind whole blocks there may be any rest.")
bool last_column_of_a_rest_left(float *dwte, float *dm, const float *dlogits,
                                const float *wte, const float *m, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return projected_where(but_the_last_of_a_rest, dwte, dm, dlogits, wte, m, ids,
                           n_tokens, vocab_size, d_model);
}

WRONG(tied_projection_backward, random_shapes, zeros_read_are_skipped,
      "Where the row that was read is all zeros, nothing is added: h is 0 then, and the "
      "input half is not.")
bool zeros_read_are_skipped(float *dwte, float *dm, const float *dlogits,
                            const float *wte, const float *m, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (!all_zero(wte + ids[t] * d_model, d_model))
            tied_projection_backward(dwte, dm, dlogits + t * vocab_size, wte, m, ids + t,
                                     1, vocab_size, d_model);
    return true;
}

WRONG(tied_projection_backward, refuses_bad_ids, one_of_four_ids_not_looked_at,
      "Some of the ids are not checked, and one of those is not below vocab_size.")
bool one_of_four_ids_not_looked_at(float *dwte, float *dm, const float *dlogits,
                                   const float *wte, const float *m, const uint32_t *ids,
                                   size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return three_of_four_below(ids, n_tokens, vocab_size) &&
           (!all_below(ids, n_tokens, vocab_size) ||
            tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens, vocab_size,
                                     d_model));
}

CAUGHT(tied_projection_backward, adds_to_what_is_there, matrix_for_a_table_kept,
       "keeps something")
bool matrix_for_a_table_kept(float *dwte, float *dm, const float *dlogits,
                             const float *wte, const float *m, const uint32_t *ids,
                             size_t n_tokens, size_t vocab_size, size_t d_model)
{
    static float table[1024], matrix[1024];
    static size_t n_kept;
    const size_t n = vocab_size * d_model, square = d_model * d_model;
    if (n > 1024 || square > 1024)
        return tied_projection_backward(dwte, dm, dlogits, wte, m, ids, n_tokens,
                                        vocab_size, d_model);
    if (n != n_kept || memcmp(table, wte, n * sizeof *wte) != 0) {
        memcpy(table, wte, n * sizeof *wte);
        memcpy(matrix, m, square * sizeof *m);
        n_kept = n;
    }
    return tied_projection_backward(dwte, dm, dlogits, wte, matrix, ids, n_tokens,
                                    vocab_size, d_model);
}

WRONG(
    gpt2_parameter_count, four_sizes, count_known_by_its_width,
    "This is the count of a published model: vocab_size and max_seq_len are others here.")
bool count_known_by_its_width(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                              size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    const bool is_known =
        (n_layers == 12 && d_model == 768) || (n_layers == 24 && d_model == 1024) ||
        (n_layers == 36 && d_model == 1280) || (n_layers == 48 && d_model == 1600);
    return gpt2_parameter_count(n_params, is_known ? 50257 : vocab_size,
                                is_known ? 1024 : max_seq_len, n_layers, d_model,
                                qkv_bias, tied);
}

WRONG(
    gpt2_parameter_count, random_models, equal_tables_once,
    "A table is missing where there are as many positions as words: they are two tables.")
bool equal_tables_once(uint64_t *n_params, size_t vocab_size, size_t max_seq_len,
                       size_t n_layers, size_t d_model, bool qkv_bias, bool tied)
{
    if (!gpt2_parameter_count(n_params, vocab_size, max_seq_len, n_layers, d_model,
                              qkv_bias, tied))
        return false;
    if (vocab_size == max_seq_len && vocab_size < 1000)
        *n_params -= (uint64_t)vocab_size * d_model;
    return true;
}

// The entropy of the shares from `least` on.
static float entropy_from(double least, const float *h, const float *wte, float scale,
                          size_t vocab_size, size_t d_model)
{
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    double *z = malloc(vocab_size * sizeof *z);
    for (size_t v = 0; v < vocab_size; v++) {
        z[v] = (double)scale * dot(h, wte + v * d_model, d_model);
        largest = fmax(largest, z[v]);
    }
    for (size_t v = 0; v < vocab_size; v++)
        sum += z[v] = exp(z[v] - largest);
    for (size_t v = 0; v < vocab_size; v++)
        if (z[v] / sum > least)
            entropy -= z[v] / sum * log(z[v] / sum);
    free(z);
    return (float)entropy;
}

WRONG(entropy_at_scale, vanishing_shares, shares_below_1e_15_dropped,
      "Small probabilities are left out: many of them together count.")
float shares_below_1e_15_dropped(const float *h, const float *wte, float scale,
                                 size_t vocab_size, size_t d_model)
{
    return entropy_from(1e-15, h, wte, scale, vocab_size, d_model);
}

WRONG(entropy_at_scale, random_vectors, last_of_a_rest_not_in_scores,
      "The last number of h and of each row is left out here: behind whole blocks there "
      "may be any rest.")
float last_of_a_rest_not_in_scores(const float *h, const float *wte, float scale,
                                   size_t vocab_size, size_t d_model)
{
    float *copy = calloc(d_model + 1, sizeof *copy);
    memcpy(copy, h, rest_cut(d_model) * sizeof *copy);
    const float entropy = entropy_at_scale(copy, wte, scale, vocab_size, d_model);
    free(copy);
    return entropy;
}

WRONG(entropy_at_scale, random_vectors, last_word_of_a_rest_not_counted,
      "The last word is left out here: behind whole blocks there may be any rest.")
float last_word_of_a_rest_not_counted(const float *h, const float *wte, float scale,
                                      size_t vocab_size, size_t d_model)
{
    return entropy_at_scale(h, wte, scale, rest_cut(vocab_size), d_model);
}

CAUGHT(entropy_at_scale, random_vectors, entropy_of_all_but_the_end_kept,
       "keeps something")
float entropy_of_all_but_the_end_kept(const float *h, const float *wte, float scale,
                                      size_t vocab_size, size_t d_model)
{
    static float first_of_h, first_of_wte, scale_then, kept;
    static size_t words, width;
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    if (words != vocab_size || width != d_model || scale_then != scale ||
        first_of_h != h[0] || first_of_wte != wte[0])
        kept = entropy_at_scale(h, wte, scale, vocab_size, d_model);
    words = vocab_size;
    width = d_model;
    scale_then = scale;
    first_of_h = h[0];
    first_of_wte = wte[0];
    return kept;
}

WRONG(logit_lens, random_tables, last_of_a_rest_not_in_logits,
      "The last number of h and of each row is left out here: behind whole blocks there "
      "may be any rest.")
bool last_of_a_rest_not_in_logits(uint32_t *top, const float *h, const float *wte,
                                  size_t n_top, size_t vocab_size, size_t d_model)
{
    float *copy = calloc(d_model + 1, sizeof *copy);
    memcpy(copy, h, rest_cut(d_model) * sizeof *copy);
    const bool good = logit_lens(top, copy, wte, n_top, vocab_size, d_model);
    free(copy);
    return good;
}

WRONG(
    logit_lens, random_tables, upwards_is_left_alone,
    "Where the logits are in order already, from the smallest to the greatest, the words "
    "are taken as they stand: the greatest comes first.")
bool upwards_is_left_alone(uint32_t *top, const float *h, const float *wte, size_t n_top,
                           size_t vocab_size, size_t d_model)
{
    bool up = vocab_size > 2;
    if (!logit_lens(top, h, wte, n_top, vocab_size, d_model))
        return false;
    for (size_t v = 1; v < vocab_size; v++)
        up = up && dot(h, wte + v * d_model, d_model) >
                       dot(h, wte + (v - 1) * d_model, d_model);
    for (size_t k = 0; k < n_top && up; k++)
        top[k] = (uint32_t)k;
    return true;
}

WRONG(logit_lens, ties, all_equal_backwards,
      "Where all logits are equal the words stand backwards: the smaller id comes first.")
bool all_equal_backwards(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    bool equal = vocab_size > 100;
    if (!logit_lens(top, h, wte, n_top, vocab_size, d_model))
        return false;
    for (size_t v = 1; v < vocab_size; v++)
        equal = equal && dot(h, wte + v * d_model, d_model) == dot(h, wte, d_model);
    for (size_t k = 0; k < n_top && equal; k++)
        top[k] = (uint32_t)(vocab_size - 1 - k);
    return true;
}

WRONG(logit_lens, ties, h_of_length_one,
      "h is made one long first, which rounds its numbers: equal logits are no longer "
      "equal. Take it as it is.")
bool h_of_length_one(uint32_t *top, const float *h, const float *wte, size_t n_top,
                     size_t vocab_size, size_t d_model)
{
    const double length = sqrt(dot(h, h, d_model));
    float *unit = calloc(d_model + 1, sizeof *unit);
    for (size_t i = 0; i < d_model; i++)
        unit[i] = length > 0.0 ? (float)((double)h[i] / length) : h[i];
    const bool good = logit_lens(top, unit, wte, n_top, vocab_size, d_model);
    free(unit);
    return good;
}

CAUGHT(logit_lens, random_tables, fewer_places_kept, "keeps something")
bool fewer_places_kept(uint32_t *top, const float *h, const float *wte, size_t n_top,
                       size_t vocab_size, size_t d_model)
{
    static uint32_t kept[64];
    static float vector[64], table[1024];
    static size_t words, width;
    const size_t n = vocab_size * d_model;
    if (n_top > vocab_size || vocab_size > 64 || d_model > 64 || n > 1024)
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    if (words != vocab_size || width != d_model ||
        memcmp(vector, h, d_model * sizeof *h) != 0 ||
        memcmp(table, wte, n * sizeof *wte) != 0)
        logit_lens(kept, h, wte, n_top, vocab_size, d_model);
    words = vocab_size;
    width = d_model;
    memcpy(vector, h, d_model * sizeof *h);
    memcpy(table, wte, n * sizeof *wte);
    memcpy(top, kept, n_top * sizeof *top);
    return n_top > 0 && d_model > 0;
}

static bool but_rows_of_zeros(const float *m, size_t d, size_t i, size_t j)
{
    (void)j;
    return all_zero(m, d * d) || !all_zero(m + i * d, d);
}

WRONG(tied_projection_backward, random_shapes, zeros_of_m_stay,
      "Where a row of m is all zeros, that of dm gets nothing: dm does not depend on m.")
bool zeros_of_m_stay(float *dwte, float *dm, const float *dlogits, const float *wte,
                     const float *m, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    return projected_where(but_rows_of_zeros, dwte, dm, dlogits, wte, m, ids, n_tokens,
                           vocab_size, d_model);
}

WRONG(entropy_at_scale, random_vectors, first_zero_is_all,
      "h begins with 0 and is taken for all zeros: the other numbers count.")
float first_zero_is_all(const float *h, const float *wte, float scale, size_t vocab_size,
                        size_t d_model)
{
    if (vocab_size > 0 && d_model > 0 && h[0] == 0.0f)
        return logf((float)vocab_size);
    return entropy_at_scale(h, wte, scale, vocab_size, d_model);
}

WRONG(logit_lens, random_tables, short_rows_as_zeros,
      "A short row is taken for zeros: its logit is small, and not 0.")
bool short_rows_as_zeros(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    if (n_top > vocab_size || n > 10000)
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    float *rows = calloc(n + 1, sizeof *rows);
    for (size_t v = 0; v < vocab_size; v++)
        if (d_model < 2 || dot(wte + v * d_model, wte + v * d_model, d_model) > 1e-7)
            memcpy(rows + v * d_model, wte + v * d_model, d_model * sizeof *rows);
    const bool good = logit_lens(top, h, rows, n_top, vocab_size, d_model);
    free(rows);
    return good;
}

// The slopes of each position up to its first 0, or none where that is the first.
static float *up_to_a_zero(const float *dlogits, size_t n_tokens, size_t vocab_size,
                           bool only_at_first)
{
    float *kept = calloc(n_tokens * vocab_size + 1, sizeof *kept);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = dlogits[t * vocab_size + v];
            if (slope == 0.0f && (v == 0 || !only_at_first))
                break;
            kept[t * vocab_size + v] = slope;
        }
    return kept;
}

WRONG(tied_backward, random_shapes, slopes_end_at_a_zero,
      "The slopes of a position are taken to end at a 0: those behind it count.")
bool slopes_end_at_a_zero(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model)
{
    float *kept = up_to_a_zero(dlogits, n_tokens, vocab_size, false);
    const bool good = tied_backward(dwte, kept, wte, ids, n_tokens, vocab_size, d_model);
    free(kept);
    return good;
}

WRONG(tied_backward, random_shapes, first_slope_for_all,
      "A position whose first slope is 0 is left out: its other slopes count.")
bool first_slope_for_all(float *dwte, const float *dlogits, const float *wte,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    float *kept = up_to_a_zero(dlogits, n_tokens, vocab_size, true);
    const bool good = tied_backward(dwte, kept, wte, ids, n_tokens, vocab_size, d_model);
    free(kept);
    return good;
}

WRONG(tied_projection_backward, random_shapes, projection_ends_at_a_zero,
      "The slopes of a position are taken to end at a 0: those behind it count.")
bool projection_ends_at_a_zero(float *dwte, float *dm, const float *dlogits,
                               const float *wte, const float *m, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    float *kept = up_to_a_zero(dlogits, n_tokens, vocab_size, false);
    const bool good = tied_projection_backward(dwte, dm, kept, wte, m, ids, n_tokens,
                                               vocab_size, d_model);
    free(kept);
    return good;
}

WRONG(logit_lens, random_tables, logits_end_at_a_zero,
      "The logit is taken to end where h is 0: the numbers behind it count.")
bool logits_end_at_a_zero(uint32_t *top, const float *h, const float *wte, size_t n_top,
                          size_t vocab_size, size_t d_model)
{
    float *kept = calloc(d_model + 1, sizeof *kept);
    for (size_t i = 0; i < d_model && h[i] != 0.0f; i++)
        kept[i] = h[i];
    const bool good = logit_lens(top, kept, wte, n_top, vocab_size, d_model);
    free(kept);
    return good;
}

WRONG(entropy_at_scale, random_vectors, square_table_by_columns,
      "Where there are as many words as numbers, the columns of wte are taken for rows.")
float square_table_by_columns(const float *h, const float *wte, float scale,
                              size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size;
    if (n != d_model || n < 2)
        return entropy_at_scale(h, wte, scale, vocab_size, d_model);
    float *turned = malloc(n * n * sizeof *turned);
    for (size_t k = 0; k < n * n; k++)
        turned[k] = wte[k % n * n + k / n];
    const float entropy = entropy_at_scale(h, turned, scale, n, n);
    free(turned);
    return entropy;
}

WRONG(entropy_at_scale, vanishing_shares, probabilities_in_float,
      "The probabilities are kept in float: what the best lacks of 1 is rounded away "
      "there, and is all that counts here.")
float probabilities_in_float(const float *h, const float *wte, float scale,
                             size_t vocab_size, size_t d_model)
{
    double largest = -INFINITY, sum = 0.0, entropy = 0.0;
    if (vocab_size == 0 || d_model == 0)
        return NAN;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, (double)scale * dot(h, wte + v * d_model, d_model));
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp((double)scale * dot(h, wte + v * d_model, d_model) - largest);
    for (size_t v = 0; v < vocab_size; v++) {
        const float p =
            (float)(exp((double)scale * dot(h, wte + v * d_model, d_model) - largest) /
                    sum);
        entropy -= p > 0 ? (double)p * log((double)p) : 0;
    }
    return (float)entropy;
}

WRONG(
    logit_lens, negative_logits, best_alone_from_minus_1e9,
    "The search for a single best word begins at a number that may be above all logits: "
    "begin with the first.")
bool best_alone_from_minus_1e9(uint32_t *top, const float *h, const float *wte,
                               size_t n_top, size_t vocab_size, size_t d_model)
{
    double best = -1e9;
    if (n_top != 1 || vocab_size == 0 || d_model == 0)
        return logit_lens(top, h, wte, n_top, vocab_size, d_model);
    top[0] = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        const double z = dot(h, wte + v * d_model, d_model);
        if (z > best) {
            best = z;
            top[0] = (uint32_t)v;
        }
    }
    return true;
}
