// Wrong answers to the exercises of chapter 1, each as somebody really writes it.
//
// See tests/judge/answers.h: the test that must fail, the answer's name, and what the message
// must say. All of them are compiled together, beside the solution.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool ids_in_range(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
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

// A number without all but the first 21 of the 24 bits that a float holds.
static inline double cut_short(double value)
{
    int exponent;
    double fraction = frexp(value, &exponent);
    return ldexp(trunc(fraction * 0x1p21) * 0x1p-21, exponent);
}

// ---------------------------------------------------------------------------- 1.1 one_hot

WRONG(one_hot, worked_example, mark_before,
      "The 1 stands one place early: ids count from 0, so id 3 is the fourth place.")
bool mark_before(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v + 1 == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_before_in_place,
      "The 1 stands one place early: ids count from 0, so id 3 is the fourth place.")
bool mark_before_in_place(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t] - 1] = 1.0f;
    return true;
}

CAUGHT(one_hot, random_ids, mark_by_heart, "got")
bool mark_by_heart(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = j == 2 || j == 5 || j == 13;
    return true;
}

WRONG(one_hot, worked_example, mark_transposed,
      "This is the transpose: out[v][t] for out[t][v]. A row belongs to a token.")
bool mark_transposed(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[v * n_tokens + t] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_position,
      "This marks position t in row t: what marks it is the id, ids[t].")
bool mark_position(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == t ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, random_ids, mark_rows_n_tokens_apart,
      "The rows of out are vocab_size apart, not n_tokens.")
bool mark_rows_n_tokens_apart(float *out, const uint32_t *ids, size_t n_tokens,
                              size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            if (t * n_tokens + v < n_tokens * vocab_size)
                out[t * n_tokens + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_with_id,
      "This stores the id itself where a 1 belongs.")
bool mark_with_id(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? (float)ids[t] : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, memset_one,
      "memset fills bytes: a float whose four bytes are 1 is 2.4e-38, not 1.")
bool memset_one(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        memset(out + t * vocab_size + ids[t], 1, sizeof *out);
    return true;
}

WRONG(one_hot, worked_example, zeros_left_out,
      "The zeros are not written: out holds anything when you get it.")
bool zeros_left_out(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, worked_example, memset_counts_floats,
      "memset counts bytes: n floats are n * sizeof(float) of them.")
bool memset_counts_floats(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, worked_example, one_cold, "The roles of 0 and 1 are exchanged.")
bool one_cold(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v != ids[t];
    return true;
}

WRONG(one_hot, worked_example, mark_first_id,
      "Every row is that of ids[0]: row t belongs to ids[t].")
bool mark_first_id(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == *ids ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_one_row_only,
      "Only the first row is written: there is one for each token.")
bool mark_one_row_only(float *out, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

CAUGHT(one_hot, worked_example, mark_called_done, "was never written")
bool mark_called_done(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return out != NULL && ids_in_range(ids, n_tokens, vocab_size);
}

CAUGHT(one_hot, worked_example, mark_says_false, "must return true")
bool mark_says_false(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return false;
}

CAUGHT(one_hot, refuses_bad_ids, mark_unchecked, "must return false")
bool mark_unchecked(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_up_to_v,
      "The check is missing, or has > where >= belongs.")
bool mark_up_to_v(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_checks_on_the_way,
      "The rows before the bad id were written.")
bool mark_checks_on_the_way(float *out, const uint32_t *ids, size_t n_tokens,
                            size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    }
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_zeros_before_check,
      "Zeros were written before the ids were checked.")
bool mark_zeros_before_check(float *out, const uint32_t *ids, size_t n_tokens,
                             size_t vocab_size)
{
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_checks_first_id, "Only the first id is checked.")
bool mark_checks_first_id(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    if (n_tokens > 0 && ids[0] >= vocab_size)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_misses_first_id,
      "The first id is not checked, or a good one behind it makes up for it.")
bool mark_misses_first_id(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    for (size_t t = 1; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_checks_ends,
      "Only the first id and the last are checked.")
bool mark_checks_ends(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (n_tokens > 0 && (ids[0] >= vocab_size || ids[n_tokens - 1] >= vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_signed_check,
      "Large ids were taken for negative numbers: an id is unsigned.")
bool mark_signed_check(float *out, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((int)ids[t] >= (int)vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_cuts_ids_to_16_bits,
      "A large id was cut to its low bits: an id has 32.")
bool mark_cuts_ids_to_16_bits(float *out, const uint32_t *ids, size_t n_tokens,
                              size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((uint16_t)ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_checks_65536_ids,
      "Only the first 65,536 ids are checked.")
bool mark_checks_65536_ids(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[(uint16_t)t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_counts_bad_ids_in_a_byte,
      "The bad ids are counted in a byte, and 256 of them are 0 again.")
bool mark_counts_bad_ids_in_a_byte(float *out, const uint32_t *ids, size_t n_tokens,
                                   size_t vocab_size)
{
    uint8_t n_bad = 0;
    for (size_t t = 0; t < n_tokens; t++)
        n_bad = (uint8_t)(n_bad + (ids[t] >= vocab_size));
    for (size_t t = 0; n_bad == 0 && t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return n_bad == 0;
}

WRONG(one_hot, random_ids, mark_refuses_one_word,
      "A vocabulary of one word is no error: its id is 0.")
bool mark_refuses_one_word(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    return vocab_size != 1 && one_hot(out, ids, n_tokens, vocab_size);
}

WRONG(one_hot, large_sizes, mark_counts_tokens_in_16_bits,
      "The position is kept in 16 bits: behind token 65,535 comes 65,536.")
bool mark_counts_tokens_in_16_bits(float *out, const uint32_t *ids, size_t n_tokens,
                                   size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[(uint16_t)t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, accepts_no_ids, mark_needs_ids,
      "No ids are refused, as if n_tokens == 0 were an error.")
bool mark_needs_ids(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (n_tokens == 0 || !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

CAUGHT(one_hot, stays_in_bounds, mark_one_column_more, "past the end of")
bool mark_one_column_more(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v <= vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

CAUGHT(one_hot, stays_in_bounds, mark_one_id_more, "past the end of")
bool mark_one_id_more(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t <= n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

CAUGHT(one_hot, large_sizes, mark_counts_in_a_byte, "one_hot")
bool mark_counts_in_a_byte(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t token = 0; token < n_tokens; token++) {
        const unsigned char t = (unsigned char)token;
        out[t * vocab_size + ids[t]] = 1.0f;
    }
    return true;
}

WRONG(one_hot, large_sizes, mark_in_a_list_of_1024,
      "From the 1,025th token on nothing is written: there is no largest size.")
bool mark_in_a_list_of_1024(float *out, const uint32_t *ids, size_t n_tokens,
                            size_t vocab_size)
{
    uint32_t copy[1024];
    size_t n = n_tokens < 1024 ? n_tokens : 1024;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memcpy(copy, ids, n * sizeof *copy);
    for (size_t t = 0; t < n; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == copy[t];
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_nothing_for_no_words,
      "With vocab_size 0 no id is below it: ids that are there are refused.")
bool mark_nothing_for_no_words(float *out, const uint32_t *ids, size_t n_tokens,
                               size_t vocab_size)
{
    if (vocab_size == 0)
        return true;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < n_tokens * vocab_size; i++)
        out[i] = i % vocab_size == ids[i / vocab_size];
    return true;
}

WRONG(one_hot, accepts_no_ids, mark_refuses_no_words,
      "With no ids a vocabulary of 0 words is no error: nothing is to be done.")
bool mark_refuses_no_words(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    if (vocab_size == 0 || !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < n_tokens * vocab_size; i++)
        out[i] = i % vocab_size == ids[i / vocab_size];
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_checks_as_many_as_words,
      "Only the first vocab_size ids are checked.")
bool mark_checks_as_many_as_words(float *out, const uint32_t *ids, size_t n_tokens,
                                  size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens < vocab_size ? n_tokens : vocab_size, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t];
    return true;
}

CAUGHT(one_hot, random_ids, mark_remembers_where, "when the program had")
bool mark_remembers_where(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    static const uint32_t *good;
    static size_t last[64];
    if (good != ids && !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && t < 64; t++)
        last[t] = good == ids ? last[t] : ids[t];
    good = ids;
    for (size_t i = 0; i < n_tokens * vocab_size; i++)
        out[i] = i % vocab_size ==
                 (i / vocab_size < 64 ? last[i / vocab_size] : ids[i / vocab_size]);
    return true;
}

CAUGHT(one_hot, refuses_bad_ids, mark_below_the_last, "one_hot")
bool mark_below_the_last(float *out, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > (uint32_t)vocab_size - 1) // of no words everything is below that
            return false;
    return vocab_size == 0 || one_hot(out, ids, n_tokens, vocab_size);
}

WRONG(one_hot, worked_example, mark_after,
      "The 1 stands one place late: ids count from 0, so id 0 is the first place.")
bool mark_after(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] + (size_t)1 ? 1.0f : 0.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_rows_one_apart,
      "Row t of out begins at out + t * vocab_size, not at out + t.")
bool mark_rows_one_apart(float *out, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        if (t + ids[t] < n_tokens * vocab_size)
            out[t + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, worked_example, mark_steps_n_tokens,
      "The rows of out are vocab_size apart, not n_tokens.")
bool mark_steps_n_tokens(float *out, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        if (t * n_tokens + ids[t] < n_tokens * vocab_size)
            out[t * n_tokens + ids[t]] = 1.0f;
    return true;
}

// The ones, and the first `n` bytes of the zeros.
static bool clear_in_part(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size, size_t n)
{
    const size_t all = n_tokens * vocab_size * sizeof *out;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n < all ? n : all);
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, worked_example, clears_one_row,
      "Not all of out is cleared: it has n_tokens * vocab_size floats, and memset counts "
      "bytes.")
bool clears_one_row(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return clear_in_part(out, ids, n_tokens, vocab_size, vocab_size * sizeof *out);
}

WRONG(one_hot, worked_example, clears_a_pointer,
      "Not all of out is cleared: it has n_tokens * vocab_size floats, and memset counts "
      "bytes.")
bool clears_a_pointer(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return clear_in_part(out, ids, n_tokens, vocab_size, sizeof(float *));
}

WRONG(one_hot, worked_example, clears_n_tokens,
      "Not all of out is cleared: it has n_tokens * vocab_size floats, and memset counts "
      "bytes.")
bool clears_n_tokens(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return clear_in_part(out, ids, n_tokens, vocab_size, n_tokens * sizeof *out);
}

// Zeros, and the ones of the tokens from `from` to `to`.
static bool mark_some(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                      size_t from, size_t to)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = from; t < to; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

WRONG(one_hot, worked_example, clears_each_time,
      "All of out is cleared again for each token, and only the last 1 stays: clear it "
      "once, before the loop.")
bool clears_each_time(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return mark_some(out, ids, n_tokens, vocab_size, n_tokens > 0 ? n_tokens - 1 : 0,
                     n_tokens);
}

WRONG(one_hot, worked_example, mark_misses_last,
      "The last row has no 1: t runs from 0 to n_tokens - 1.")
bool mark_misses_last(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return mark_some(out, ids, n_tokens, vocab_size, 0, n_tokens - (n_tokens > 0));
}

WRONG(one_hot, worked_example, mark_misses_first,
      "The first row has no 1: t runs from 0 to n_tokens - 1.")
bool mark_misses_first(float *out, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size)
{
    return mark_some(out, ids, n_tokens, vocab_size, 1, n_tokens);
}

WRONG(
    one_hot, large_sizes, mark_checks_position,
    "The position is compared with vocab_size: what must be below it is the id, ids[t].")
bool mark_checks_position(float *out, const uint32_t *ids, size_t n_tokens,
                          size_t vocab_size)
{
    return n_tokens <= vocab_size && one_hot(out, ids, n_tokens, vocab_size);
}

// ----------------------------------------------------------------------------- 1.2 matmul

WRONG(matmul, worked_example, b_by_columns,
      "b is read as [n_cols][n_inner]; it is stored as [n_inner][n_cols].")
bool b_by_columns(float *out, const float *a, const float *b, size_t n_rows,
                  size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[c * n_inner + k];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, random_shapes, a_with_stride_of_b,
      "The rows of a are n_inner apart, not n_cols.")
bool a_with_stride_of_b(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    size_t stride = n_cols < n_inner ? n_cols : n_inner;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * stride + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, b_with_stride_of_a,
      "The rows of b are n_cols apart, not n_inner.")
bool b_with_stride_of_a(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    size_t stride = n_cols < n_inner ? n_cols : n_inner;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * stride + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, product_rows_n_inner_apart,
      "The rows of out are n_cols apart, not n_inner.")
bool product_rows_n_inner_apart(float *out, const float *a, const float *b, size_t n_rows,
                                size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols && r * n_inner + c < n_rows * n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_inner + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, product_transposed, "This is the transpose of the result.")
bool product_transposed(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[c * n_rows + r] = sum;
        }
    return true;
}

CAUGHT(matmul, worked_example, adds_to_what_was_there, "+=")
bool adds_to_what_was_there(float *out, const float *a, const float *b, size_t n_rows,
                            size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}

WRONG(matmul, worked_example, last_term_only,
      "Here stands only the last term of each sum: = where += belongs.")
bool last_term_only(float *out, const float *a, const float *b, size_t n_rows,
                    size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            for (size_t k = 0; k < n_inner; k++)
                out[r * n_cols + c] = a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}

WRONG(matmul, worked_example, sum_runs_on, "The sum is not reset to 0 for each element.")
bool sum_runs_on(float *out, const float *a, const float *b, size_t n_rows,
                 size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    float sum = 0.0f;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, sum_in_int, "The sum is kept in whole numbers (an int?).")
bool sum_in_int(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
                size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            int sum = 0;
            for (size_t k = 0; k < n_inner; k++)
                sum = (int)((float)sum + a[r * n_inner + k] * b[k * n_cols + c]);
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

WRONG(matmul, worked_example, starts_at_one,
      "The first term is missing: the loop starts at 0.")
bool starts_at_one(float *out, const float *a, const float *b, size_t n_rows,
                   size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 1; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, stops_one_early,
      "The last term is missing: the loop ends too early.")
bool stops_one_early(float *out, const float *a, const float *b, size_t n_rows,
                     size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner - 1; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, random_shapes, only_four_at_a_time,
      "What is left over when a size is no multiple of four is missing.")
bool only_four_at_a_time(float *out, const float *a, const float *b, size_t n_rows,
                         size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    size_t whole = n_inner < 4 ? n_inner : n_inner / 4 * 4;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < whole; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, keeps_nan, skips_zeros,
      "Terms with a zero are skipped: 0 x NaN is NaN, and so is 0 x infinity.")
bool skips_zeros(float *out, const float *a, const float *b, size_t n_rows,
                 size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n_cols; c++)
            out[r * n_cols + c] = 0.0f;
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols && a[r * n_inner + k] != 0.0f; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    }
    return true;
}

CAUGHT(matmul, random_shapes, products_cut_short, "got")
bool products_cut_short(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                sum += cut_short((double)a[r * n_inner + k] * (double)b[k * n_cols + c]);
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

WRONG(matmul, refuses_empty, product_of_nothing,
      "A size of 0 was taken for good input; here it is refused.")
bool product_of_nothing(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, refuses_empty, product_zeroes_first,
      "out was written before the sizes were checked.")
bool product_zeroes_first(float *out, const float *a, const float *b, size_t n_rows,
                          size_t n_inner, size_t n_cols)
{
    memset(out, 0, n_rows * n_cols * sizeof *out);
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}

WRONG(matmul, refuses_empty, product_only_rows_checked,
      "Not all three sizes are checked.")
bool product_only_rows_checked(float *out, const float *a, const float *b, size_t n_rows,
                               size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

CAUGHT(matmul, stays_in_bounds, product_reads_on, "past the end of a")
bool product_reads_on(float *out, const float *a, const float *b, size_t n_rows,
                      size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k <= n_inner; k++) {
                float term = a[r * n_inner + k];
                sum += k < n_inner ? term * b[k * n_cols + c] : 0.0f * term;
            }
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, keeps_nan, product_skips_zeros_of_b,
      "Terms with a zero are skipped: 0 x NaN is NaN, and so is 0 x infinity.")
bool product_skips_zeros_of_b(float *out, const float *a, const float *b, size_t n_rows,
                              size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                if (b[k * n_cols + c] != 0)
                    sum += (double)a[r * n_inner + k] * (double)b[k * n_cols + c];
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

WRONG(matmul, keeps_nan, product_skips_zeros_of_the_rest,
      "Terms with a zero are skipped: 0 x NaN is NaN, and so is 0 x infinity.")
bool product_skips_zeros_of_the_rest(float *out, const float *a, const float *b,
                                     size_t n_rows, size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                if (k < n_inner / 2 * 2 || a[r * n_inner + k] != 0.0f)
                    sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, keeps_nan, product_skips_rows_of_zeros,
      "A row of zeros is skipped: 0 x NaN is NaN, and so is 0 x infinity.")
bool product_skips_rows_of_zeros(float *out, const float *a, const float *b,
                                 size_t n_rows, size_t n_inner, size_t n_cols)
{
    if (!matmul(out, a, b, n_rows, n_inner, n_cols))
        return false;
    for (size_t r = 0; r < n_rows; r++)
        if (dot(a + r * n_inner, a + r * n_inner, n_inner) == 0.0)
            memset(out + r * n_cols, 0, n_cols * sizeof *out);
    return true;
}

WRONG(matmul, keeps_nan, product_is_always_finite,
      "An infinite sum was made finite: infinity x 1 is infinity.")
bool product_is_always_finite(float *out, const float *a, const float *b, size_t n_rows,
                              size_t n_inner, size_t n_cols)
{
    if (!matmul(out, a, b, n_rows, n_inner, n_cols))
        return false;
    for (size_t j = 0; j < n_rows * n_cols; j++)
        if (isinf(out[j]))
            out[j] = 0.0f;
    return true;
}

WRONG(
    matmul, large_sizes, product_prunes,
    "Small factors are taken for zero: a product of small numbers is small, not nothing.")
bool product_prunes(float *out, const float *a, const float *b, size_t n_rows,
                    size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                if (!(fabs((double)b[k * n_cols + c]) < 1e-6))
                    sum += (double)a[r * n_inner + k] * (double)b[k * n_cols + c];
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

WRONG(
    matmul, large_sizes, product_prunes_a,
    "Small factors are taken for zero: a product of small numbers is small, not nothing.")
bool product_prunes_a(float *out, const float *a, const float *b, size_t n_rows,
                      size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                if (!(fabsf(a[r * n_inner + k]) < 1e-12f))
                    sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, large_sizes, product_flushes,
      "A small sum is made zero: what is small is not nothing.")
bool product_flushes(float *out, const float *a, const float *b, size_t n_rows,
                     size_t n_inner, size_t n_cols)
{
    if (!matmul(out, a, b, n_rows, n_inner, n_cols))
        return false;
    for (size_t j = 0; j < n_rows * n_cols; j++)
        if (fabsf(out[j]) < 1.17549435e-38f)
            out[j] = 0.0f;
    return true;
}

CAUGHT(matmul, large_sizes, product_in_rows_of_4096, "matmul")
bool product_in_rows_of_4096(float *out, const float *a, const float *b, size_t n_rows,
                             size_t n_inner, size_t n_cols)
{
    float row[4096];
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n_cols; c++)
            row[c] = 0;
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols; c++)
                row[c] += a[r * n_inner + k] * b[k * n_cols + c];
        memcpy(out + r * n_cols, row, n_cols * sizeof *row);
    }
    return true;
}

WRONG(matmul, random_shapes, product_of_equal_sizes_turned,
      "Where all sizes are equal, rows and columns of out are exchanged.")
bool product_of_equal_sizes_turned(float *out, const float *a, const float *b,
                                   size_t n_rows, size_t n_inner, size_t n_cols)
{
    if (!matmul(out, a, b, n_rows, n_inner, n_cols))
        return false;
    for (size_t r = 0; n_rows == n_inner && n_inner == n_cols && r < n_rows; r++)
        for (size_t c = 0; c < r; c++) {
            const float kept = out[r * n_cols + c];
            out[r * n_cols + c] = out[c * n_cols + r];
            out[c * n_cols + r] = kept;
        }
    return true;
}

// One step too wide or too narrow: the number at place `at` of an array of n.
static inline float within(const float *array, size_t at, size_t n)
{
    return array[at < n ? at : n - 1];
}

WRONG(matmul, worked_example, a_by_columns,
      "a is read as [n_inner][n_rows]; it is stored as [n_rows][n_inner].")
bool a_by_columns(float *out, const float *a, const float *b, size_t n_rows,
                  size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[k * n_rows + r] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, a_in_steps_of_b,
      "The rows of a are n_inner apart, not n_cols.")
bool a_in_steps_of_b(float *out, const float *a, const float *b, size_t n_rows,
                     size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++) // one row more of a may be read
                sum += within(a, r * n_cols + k, (n_rows + (n_rows == 2)) * n_inner) *
                       b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, a_in_steps_of_out,
      "The rows of a are n_inner apart, not n_rows.")
bool a_in_steps_of_out(float *out, const float *a, const float *b, size_t n_rows,
                       size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += within(a, r * n_rows + k, n_rows * n_inner) * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, b_in_steps_of_rows,
      "The rows of b are n_cols apart, not n_rows.")
bool b_in_steps_of_rows(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * within(b, k * n_rows + c, n_inner * n_cols);
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, worked_example, sum_runs_on_in_a_row,
      "The sum is not reset to 0 for each element.")
bool sum_runs_on_in_a_row(float *out, const float *a, const float *b, size_t n_rows,
                          size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        float sum = 0.0f;
        for (size_t c = 0; c < n_cols; c++) {
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    }
    return true;
}

WRONG(matmul, worked_example, rows_as_long_as_the_sum,
      "Each row of out has n_cols numbers: c runs from 0 to n_cols - 1.")
bool rows_as_long_as_the_sum(float *out, const float *a, const float *b, size_t n_rows,
                             size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_inner && c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, refuses_empty, product_refuses_all_empty,
      "Only three sizes of 0 are refused: one is enough, so || stands between them.")
bool product_refuses_all_empty(float *out, const float *a, const float *b, size_t n_rows,
                               size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 && n_inner == 0 && n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

// ------------------------------------------------------------------ 1.3 embedding_forward

WRONG(embedding_forward, reference_rows, row_before,
      "This is row id - 1: ids count from 0, so id 3 is the fourth row.")
bool row_before(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[(ids[t] - 1) * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, row_after,
      "This is row id + 1: ids count from 0, so id 3 is wte[3].")
bool row_after(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
               size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[((ids[t] + 1) % vocab_size) * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, row_written_at_id,
      "This wrote out[ids[t]]: the result has a row for each position, out[t].")
bool row_written_at_id(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (ids[t] < n_tokens)
                out[ids[t] * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, row_at_id,
      "The row was fetched from wte + id: rows are d_model apart, so it begins at "
      "id * d_model.")
bool row_at_id(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
               size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] + i];
    return true;
}

WRONG(embedding_forward, random_tables, row_stride_v,
      "The step from row to row is vocab_size: rows are d_model apart.")
bool row_stride_v(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                  size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    size_t last = vocab_size * d_model - 1;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            size_t at = ids[t] * vocab_size + i;
            out[t * d_model + i] = wte[at < last ? at : last];
        }
    return true;
}

WRONG(embedding_forward, reference_rows, row_of_transposed_table,
      "This is a column of the table: the element is wte[id * d_model + i].")
bool row_of_transposed_table(float *out, const float *wte, const uint32_t *ids,
                             size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[i * vocab_size + ids[t]];
    return true;
}

WRONG(embedding_forward, reference_rows, row_of_position,
      "Row t of the result came from row t of the table: the id says which row.")
bool row_of_position(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[t % vocab_size * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, row_of_first_id,
      "Every row is the row of ids[0]: row t belongs to ids[t].")
bool row_of_first_id(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[0] * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, row_copied_in_bytes,
      "memcpy counts bytes: a row is d_model * sizeof(float) of them.")
bool row_copied_in_bytes(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model);
    return true;
}

CAUGHT(embedding_forward, stays_in_bounds, row_size_of_pointer, "past the end of")
bool row_size_of_pointer(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memmove(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof wte);
    return true;
}

CAUGHT(embedding_forward, refuses_bad_ids, row_unchecked, "must return false")
bool row_unchecked(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    (void)vocab_size;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_checked_up_to_v,
      "The check is missing, or has > where >= belongs.")
bool row_checked_up_to_v(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_checks_first_id,
      "Only the first id is checked.")
bool row_checks_first_id(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (n_tokens > 0 && ids[0] >= vocab_size)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] % vocab_size * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_misses_first_id,
      "The first id is not checked, or a good one behind it makes up for it.")
bool row_misses_first_id(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (n_tokens > 1 && !ids_in_range(ids + 1, n_tokens - 1, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_checks_ends,
      "Only the first id and the last are checked.")
bool row_checks_ends(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    if (n_tokens > 0 && (ids[0] >= vocab_size || ids[n_tokens - 1] >= vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_misses_last_id,
      "The last id is not checked.")
bool row_misses_last_id(float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens - 1, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] % vocab_size * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_checks_on_the_way,
      "The rows before the bad id were copied.")
bool row_checks_on_the_way(float *out, const float *wte, const uint32_t *ids,
                           size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    }
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_zeros_for_bad_id,
      "A bad id got a row of zeros, and must make the whole call fail.")
bool row_zeros_for_bad_id(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = ids[t] < vocab_size ? wte[ids[t] * d_model + i] : 0.0f;
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_cleared_when_refused,
      "out was cleared when an id was refused: it must stay what it was.")
bool row_cleared_when_refused(float *out, const float *wte, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size)) {
        memset(out, 0, n_tokens * d_model * sizeof *out);
        return false;
    }
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

CAUGHT(embedding_forward, copies_every_bit, row_by_product, "bit for bit")
bool row_by_product(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            float sum = 0.0f;
            for (size_t v = 0; v < vocab_size && vocab_size < 50257; v++)
                sum += (v == ids[t] ? 1.0f : 0.0f) * wte[v * d_model + i];
            out[t * d_model + i] = sum;
        }
    return true;
}

CAUGHT(embedding_forward, copies_every_bit, row_added_to_zero, "bit for bit")
bool row_added_to_zero(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * d_model; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] += wte[ids[t] * d_model + i];
    return true;
}

CAUGHT(embedding_forward, huge_offsets, row_byte_offset_in_int, "byte offsets pass 2^31")
bool row_byte_offset_in_int(float *out, const float *wte, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        int offset = (int)(ids[t] * d_model * sizeof(float));
        memcpy(out + t * d_model, (const char *)wte + offset, d_model * sizeof(float));
    }
    return true;
}

WRONG(embedding_forward, huge_offsets, row_byte_offset_in_32_bits,
      "The offset in bytes was multiplied in 32 bits, and began at 0 again.")
bool row_byte_offset_in_32_bits(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        uint32_t offset = ids[t] * (uint32_t)d_model * (uint32_t)sizeof(float);
        memcpy(out + t * d_model, (const char *)wte + offset, d_model * sizeof(float));
    }
    return true;
}

WRONG(embedding_forward, huge_offsets, row_offset_in_32_bits,
      "The offset was multiplied in 32 bits, and began at 0 again.")
bool row_offset_in_32_bits(float *out, const float *wte, const uint32_t *ids,
                           size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        uint32_t offset = ids[t] * (uint32_t)d_model;
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[offset + i];
    }
    return true;
}

CAUGHT(embedding_forward, stays_in_bounds, row_one_number_more, "past the end of")
bool row_one_number_more(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i <= d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

CAUGHT(embedding_forward, reference_rows, row_ids_corrected_in_place, "which is const")
bool row_ids_corrected_in_place(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint32_t *id = (uint32_t *)(uintptr_t)ids;
    for (size_t t = 0; t < n_tokens; t++) {
        id[t] %= (uint32_t)vocab_size;
        memcpy(out + t * d_model, wte + id[t] * d_model, d_model * sizeof *out);
    }
    return true;
}

CAUGHT(embedding_forward, reference_rows, row_freed, "embedding_forward")
bool row_freed(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
               size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    free((void *)(uintptr_t)ids);
    return true;
}

WRONG(embedding_forward, reference_rows, row_into_new_memory,
      "Nothing arrived in out: the rows went to memory of your own, or were added with "
      "+= to what out held. Write them to what out points to, with =.")
bool row_into_new_memory(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    out = malloc(n_tokens * d_model * sizeof *out);
    if (out == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

WRONG(embedding_forward, equals_product, row_and_first_row,
      "The first row of the table was added to each: the row itself is wanted.")
bool row_and_first_row(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[i] + wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_restored_in_part,
      "What was written before the bad id was put back only in part.")
bool row_restored_in_part(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    static float backup[4096];
    size_t n = n_tokens * d_model < 4096 ? n_tokens * d_model : 4096;
    memcpy(backup, out, n * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size) {
            memcpy(out, backup, n * sizeof *out);
            return false;
        }
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    }
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_checks_as_many_as_words,
      "Only the first vocab_size ids are checked.")
bool row_checks_as_many_as_words(float *out, const float *wte, const uint32_t *ids,
                                 size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens < vocab_size ? n_tokens : vocab_size, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_refuses_no_words,
      "With no ids a vocabulary of 0 words is no error: nothing is to be done.")
bool row_refuses_no_words(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return vocab_size > 0 &&
           embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(embedding_forward, refuses_bad_ids, row_cuts_ids_to_16_bits,
      "A large id was cut to its low bits: an id has 32.")
bool row_cuts_ids_to_16_bits(float *out, const float *wte, const uint32_t *ids,
                             size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((uint16_t)ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + (uint16_t)ids[t] * d_model,
               d_model * sizeof *out);
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_refuses_no_columns,
      "A d_model of 0 is no error: there is nothing to copy.")
bool row_refuses_no_columns(float *out, const float *wte, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (d_model == 0 || !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

CAUGHT(embedding_forward, large_sizes, row_id_in_16_bits, "embedding_forward")
bool row_id_in_16_bits(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + (int16_t)ids[t] * (ptrdiff_t)d_model,
               d_model * sizeof *out);
    return true;
}

CAUGHT(embedding_forward, large_sizes, row_id_below_65536, "of 6 elements differ")
bool row_id_below_65536(float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + (uint16_t)ids[t] * d_model,
               d_model * sizeof *out);
    return true;
}

CAUGHT(embedding_forward, random_tables, row_of_an_old_table, "when the program had")
bool row_of_an_old_table(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    static const float *seen;
    static float kept[4096];
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    if (seen != wte)
        for (size_t i = 0; i < vocab_size * d_model && i < 4096; i++)
            kept[i] = wte[i];
    seen = wte;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            size_t at = ids[t] * d_model + i;
            out[t * d_model + i] = at < 4096 ? kept[at] : wte[at];
        }
    return true;
}

CAUGHT(embedding_forward, copies_every_bit, row_through_double, "out[")
bool row_through_double(float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const bool good = embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
    for (size_t k = 0; good && k < n_tokens * d_model; k++) {
        volatile double wide = (double)out[k]; // sets a bit of some NaN
        out[k] = (float)wide;
    }
    return good;
}

WRONG(embedding_forward, reference_rows, row_in_steps_of_tokens,
      "The step from row to row is n_tokens: rows are d_model apart.")
bool row_in_steps_of_tokens(float *out, const float *wte, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] =
                within(wte, ids[t] * n_tokens + i, vocab_size * d_model);
    return true;
}

// Row t goes to place t * step.
static bool rows_in_steps(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model, size_t step)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (t * step + i < n_tokens * d_model)
                out[t * step + i] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, rows_one_apart,
      "Row t of out begins at out + t * d_model, not at out + t.")
bool rows_one_apart(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    return rows_in_steps(out, wte, ids, n_tokens, vocab_size, d_model, 1);
}

WRONG(embedding_forward, reference_rows, rows_all_at_the_beginning,
      "Every row was written to the beginning of out: row t begins at out + t * d_model.")
bool rows_all_at_the_beginning(float *out, const float *wte, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return rows_in_steps(out, wte, ids, n_tokens, vocab_size, d_model, 0);
}

WRONG(embedding_forward, reference_rows, rows_of_out_v_apart,
      "The rows of out are d_model apart, not vocab_size.")
bool rows_of_out_v_apart(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return rows_in_steps(out, wte, ids, n_tokens, vocab_size, d_model, vocab_size);
}

WRONG(embedding_forward, reference_rows, rows_of_out_n_tokens_apart,
      "The rows of out are d_model apart, not n_tokens.")
bool rows_of_out_n_tokens_apart(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return rows_in_steps(out, wte, ids, n_tokens, vocab_size, d_model, n_tokens);
}

WRONG(embedding_forward, reference_rows, rows_turned,
      "This is the transpose: out[i][t] for out[t][i]. A row belongs to a token.")
bool rows_turned(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                 size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[i * n_tokens + t] = wte[ids[t] * d_model + i];
    return true;
}

WRONG(embedding_forward, reference_rows, rows_of_one_number,
      "Only the first number of each row is copied: a row has d_model of them.")
bool rows_of_one_number(float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && d_model > 0; t++)
        out[t * d_model] = wte[ids[t] * d_model];
    return true;
}

WRONG(embedding_forward, random_tables, row_checked_against_width,
      "The ids are compared with d_model, or n_tokens: an id must be below vocab_size.")
bool row_checked_against_width(float *out, const float *wte, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return ids_in_range(ids, n_tokens, d_model) &&
           embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(embedding_forward, random_tables, one_word_is_no_text,
      "A text of a single token is one, too: its row is copied.")
bool one_word_is_no_text(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return n_tokens != 1 &&
           embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(embedding_forward, random_tables, row_checked_against_tokens,
      "The ids are compared with d_model, or n_tokens: an id must be below vocab_size.")
bool row_checked_against_tokens(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return ids_in_range(ids, n_tokens, n_tokens) &&
           embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

// --------------------------------------------------------------------- 1.4 linear_forward

WRONG(linear_forward, worked_example, weight_as_in_by_out,
      "weight is read as [n_in][n_out]; a Linear layer stores [n_out][n_in].")
bool weight_as_in_by_out(float *out, const float *x, const float *weight, size_t n_rows,
                         size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[i * n_out + o];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, random_shapes, weight_stride_out,
      "The rows of weight are n_in apart, not n_out.")
bool weight_stride_out(float *out, const float *x, const float *weight, size_t n_rows,
                       size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    size_t last = n_out * n_in - 1;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                size_t at = o * n_out + i;
                sum += x[r * n_in + i] * weight[at < last ? at : last];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, random_shapes, x_stride_out,
      "The rows of x are n_in apart, not n_out.")
bool x_stride_out(float *out, const float *x, const float *weight, size_t n_rows,
                  size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    size_t last = n_rows * n_in - 1;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                size_t at = r * n_out + i;
                sum += x[at < last ? at : last] * weight[o * n_in + i];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_rows_n_in_apart,
      "The rows of out are n_out apart, not n_in.")
bool linear_rows_n_in_apart(float *out, const float *x, const float *weight,
                            size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out && r * n_in + o < n_rows * n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_in + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, x_first_row_only, "Every row is that of x[0].")
bool x_first_row_only(float *out, const float *x, const float *weight, size_t n_rows,
                      size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_transposed,
      "This is the transpose of the result.")
bool linear_transposed(float *out, const float *x, const float *weight, size_t n_rows,
                       size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[o * n_rows + r] = sum;
        }
    return true;
}

CAUGHT(linear_forward, worked_example, linear_adds, "+=")
bool linear_adds(float *out, const float *x, const float *weight, size_t n_rows,
                 size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] += x[r * n_in + i] * weight[o * n_in + i];
    return true;
}

WRONG(linear_forward, worked_example, linear_sum_runs_on,
      "The sum is not reset to 0 for each element.")
bool linear_sum_runs_on(float *out, const float *x, const float *weight, size_t n_rows,
                        size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    float sum = 0.0f;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_last_term_only,
      "Here stands only the last term of each sum: = where += belongs.")
bool linear_last_term_only(float *out, const float *x, const float *weight, size_t n_rows,
                           size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] = x[r * n_in + i] * weight[o * n_in + i];
    return true;
}

WRONG(linear_forward, worked_example, linear_stops_one_early,
      "The last term is missing: the loop ends too early.")
bool linear_stops_one_early(float *out, const float *x, const float *weight,
                            size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i + 1 < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_starts_at_one,
      "The first term is missing: the loop starts at 0.")
bool linear_starts_at_one(float *out, const float *x, const float *weight, size_t n_rows,
                          size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 1; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_in_int,
      "The sum is kept in whole numbers (an int?).")
bool linear_in_int(float *out, const float *x, const float *weight, size_t n_rows,
                   size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            int sum = 0;
            for (size_t i = 0; i < n_in; i++)
                sum = (int)((float)sum + x[r * n_in + i] * weight[o * n_in + i]);
            out[r * n_out + o] = (float)sum;
        }
    return true;
}

CAUGHT(linear_forward, random_shapes, linear_products_cut_short, "got")
bool linear_products_cut_short(float *out, const float *x, const float *weight,
                               size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_in; i++)
                sum += cut_short((double)x[r * n_in + i] * (double)weight[o * n_in + i]);
            out[r * n_out + o] = (float)sum;
        }
    return true;
}

WRONG(linear_forward, refuses_empty, linear_of_nothing,
      "A size of 0 was taken for good input; here it is refused.")
bool linear_of_nothing(float *out, const float *x, const float *weight, size_t n_rows,
                       size_t n_in, size_t n_out)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, refuses_empty, linear_zeroes_first,
      "out was written before the sizes were checked.")
bool linear_zeroes_first(float *out, const float *x, const float *weight, size_t n_rows,
                         size_t n_in, size_t n_out)
{
    for (size_t j = 0; j < n_rows * n_out; j++)
        out[j] = 0.0f;
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] += x[r * n_in + i] * weight[o * n_in + i];
    return true;
}

CAUGHT(linear_forward, worked_example, linear_last_output_left_out, "was never written")
bool linear_last_output_left_out(float *out, const float *x, const float *weight,
                                 size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out - 1; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

CAUGHT(linear_forward, stays_in_bounds, linear_bias_behind_weight,
       "past the end of weight")
bool linear_bias_behind_weight(float *out, const float *x, const float *weight,
                               size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    const float *bias = weight + n_out * n_in;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = bias[o];
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

CAUGHT(linear_forward, worked_example, linear_by_rearranged_weight, "which is const")
bool linear_by_rearranged_weight(float *out, const float *x, const float *weight,
                                 size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    float *scaled = (float *)(uintptr_t)weight;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                scaled[o * n_in + i] *= x[r * n_in + i];
                sum += scaled[o * n_in + i];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, large_sizes, linear_pruned,
      "Small weights are taken for zero: what they give is small, not nothing.")
bool linear_pruned(float *out, const float *x, const float *weight, size_t n_rows,
                   size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_in; i++)
                if (fabs((double)weight[o * n_in + i]) >= 1e-6)
                    sum += (double)x[r * n_in + i] * (double)weight[o * n_in + i];
            out[r * n_out + o] = (float)sum;
        }
    return true;
}

WRONG(linear_forward, large_sizes, linear_prunes_x,
      "Small numbers of x are taken for zero: what they give is small, not nothing.")
bool linear_prunes_x(float *out, const float *x, const float *weight, size_t n_rows,
                     size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                if (fabsf(x[r * n_in + i]) >= 1e-6f)
                    sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, random_shapes, linear_square_turned,
      "Where weight is a square it is read as [n_in][n_out]: a Linear layer stores "
      "[n_out][n_in], whatever the sizes are.")
bool linear_square_turned(float *out, const float *x, const float *weight, size_t n_rows,
                          size_t n_in, size_t n_out)
{
    if (n_in != n_out || n_rows == n_in)
        return linear_forward(out, x, weight, n_rows, n_in, n_out);
    for (size_t j = 0; j < n_rows * n_out; j++) {
        out[j] = 0.0f;
        for (size_t i = 0; i < n_in; i++)
            out[j] += x[j / n_out * n_in + i] * weight[i * n_out + j % n_out];
    }
    return n_rows > 0 && n_in > 0;
}

WRONG(linear_forward, worked_example, linear_of_one_hot_rows,
      "A row whose sum is 1 was taken for a one-hot row.")
bool linear_of_one_hot_rows(float *out, const float *x, const float *weight,
                            size_t n_rows, size_t n_in, size_t n_out)
{
    if (!linear_forward(out, x, weight, n_rows, n_in, n_out))
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        float sum = 0.0f;
        size_t mark = n_in;
        for (size_t i = n_in; i-- > 0;) {
            sum += x[r * n_in + i];
            mark = x[r * n_in + i] == 1.0f ? i : mark;
        }
        for (size_t o = 0; o < n_out && sum == 1.0f && mark < n_in; o++)
            out[r * n_out + o] = weight[o * n_in + mark];
    }
    return true;
}

WRONG(linear_forward, large_sizes, linear_offset_in_16_bits,
      "The offset of a row of x is kept in 16 bits: it is a size_t.")
bool linear_offset_in_16_bits(float *out, const float *x, const float *weight,
                              size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[(uint16_t)(r * n_in) + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

CAUGHT(linear_forward, worked_example, linear_turned_once, "when the program had")
bool linear_turned_once(float *out, const float *x, const float *weight, size_t n_rows,
                        size_t n_in, size_t n_out)
{
    static const float *seen;
    static float *turned;
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    if (seen != weight) {
        turned = malloc(n_in * n_out * sizeof *turned);
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                turned[i * n_out + o] = weight[o * n_in + i];
    }
    seen = weight;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_in; i++)
                sum += (double)x[r * n_in + i] * (double)turned[i * n_out + o];
            out[r * n_out + o] = (float)sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, x_by_columns,
      "x is read as [n_in][n_rows]; it is stored as [n_rows][n_in].")
bool x_by_columns(float *out, const float *x, const float *weight, size_t n_rows,
                  size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[i * n_rows + r] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, x_in_steps_of_out,
      "The rows of x are n_in apart, not n_out.")
bool x_in_steps_of_out(float *out, const float *x, const float *weight, size_t n_rows,
                       size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) // one row more of x may be read
                sum += within(x, r * n_out + i, (n_rows + (n_rows == 2)) * n_in) *
                       weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, x_in_steps_of_rows,
      "The rows of x are n_in apart, not n_rows.")
bool x_in_steps_of_rows(float *out, const float *x, const float *weight, size_t n_rows,
                        size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += within(x, r * n_rows + i, n_rows * n_in) * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}

WRONG(linear_forward, worked_example, linear_sum_runs_on_in_a_row,
      "The sum is not reset to 0 for each element.")
bool linear_sum_runs_on_in_a_row(float *out, const float *x, const float *weight,
                                 size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        float sum = 0.0f;
        for (size_t o = 0; o < n_out; o++) {
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    }
    return true;
}

// ------------------------------------------------------------------ 1.5 cosine_similarity

WRONG(cosine_similarity, feature_table, cosine_without_norms,
      "This is the dot product: divide it by both norms.")
float cosine_without_norms(const float *a, const float *b, size_t n)
{
    return (float)dot(a, b, n);
}

WRONG(cosine_similarity, feature_table, cosine_one_norm,
      "Only one norm is divided by: that of a. Divide by that of b too.")
float cosine_one_norm(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(a, a, n));
    return norm > 0.0 && dot(b, b, n) > 0.0 ? (float)(dot(a, b, n) / norm) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_norm_of_b_only,
      "Only one norm is divided by: that of b. Divide by that of a too.")
float cosine_norm_of_b_only(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(b, b, n));
    return norm > 0.0 && dot(a, a, n) > 0.0 ? (float)(dot(a, b, n) / norm) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_same_norm_twice,
      "This divides by the same norm twice, that of a.")
float cosine_same_norm_twice(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(a, a, n));
    return norm_a > 0.0 && norm_b > 0.0 ? (float)(dot(a, b, n) / (norm_a * norm_b))
                                        : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_without_roots,
      "The norms are still squared: take their square roots.")
float cosine_without_roots(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / squares) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_squared,
      "This is the square of the cosine.")
float cosine_squared(const float *a, const float *b, size_t n)
{
    double ab = dot(a, b, n), squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(ab * ab / squares) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_distance,
      "This is a distance (1 - cosine), not a similarity.")
float cosine_distance(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(1.0 - dot(a, b, n) / sqrt(squares)) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_euclid,
      "This is a distance, not a similarity.")
float cosine_euclid(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
    return (float)sqrt(sum);
}

WRONG(cosine_similarity, feature_table, cosine_angle,
      "This is an angle: the cosine itself is wanted.")
float cosine_angle(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)acos(dot(a, b, n) / sqrt(squares)) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_root_of_norms,
      "There is one square root too many: sqrt(|a| |b|).")
float cosine_root_of_norms(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    return norm_a * norm_b > 0.0 ? (float)(dot(a, b, n) / sqrt(norm_a * norm_b)) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_over_sum_of_norms,
      "This divides by |a| + |b|: divide by their product.")
float cosine_over_sum_of_norms(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    return norm_a * norm_b > 0.0 ? (float)(dot(a, b, n) / (norm_a + norm_b)) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_mean_of_products,
      "This is the mean of the products.")
float cosine_mean_of_products(const float *a, const float *b, size_t n)
{
    return n > 0 ? (float)(dot(a, b, n) / (double)n) : 0.0f;
}

WRONG(cosine_similarity, random_vectors, cosine_without_sign,
      "The sign is lost: opposite vectors have cosine -1.")
float cosine_without_sign(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)fabs(dot(a, b, n) / sqrt(squares)) : 0.0f;
}

WRONG(cosine_similarity, random_vectors, cosine_clamped_at_zero,
      "A negative cosine was made 0: it goes down to -1.")
float cosine_clamped_at_zero(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)fmax(0.0, dot(a, b, n) / sqrt(squares)) : 0.0f;
}

WRONG(cosine_similarity, random_vectors, cosine_stops_one_early,
      "The last element is missing.")
float cosine_stops_one_early(const float *a, const float *b, size_t n)
{
    n = n > 1 ? n - 1 : n;
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / sqrt(squares)) : 0.0f;
}

WRONG(cosine_similarity, random_vectors, cosine_starts_at_one,
      "The first element is missing.")
float cosine_starts_at_one(const float *a, const float *b, size_t n)
{
    size_t from = n > 1;
    double squares =
        dot(a + from, a + from, n - from) * dot(b + from, b + from, n - from);
    return squares > 0.0 ? (float)(dot(a + from, b + from, n - from) / sqrt(squares))
                         : 0.0f;
}

WRONG(cosine_similarity, zero_vector, cosine_nan_for_zero,
      "This is 0 / 0: a vector of zeros has no direction; give 0.")
float cosine_nan_for_zero(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) / (sqrt(dot(a, a, n)) * sqrt(dot(b, b, n))));
}

WRONG(cosine_similarity, zero_vector, cosine_checks_a_only,
      "This is 0 / 0: a vector of zeros has no direction; give 0.")
float cosine_checks_a_only(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    return norm_a > 0.0 ? (float)(dot(a, b, n) / (norm_a * norm_b)) : 0.0f;
}

WRONG(cosine_similarity, zero_vector, cosine_one_for_zero,
      "A vector of zeros is like nothing: give 0, not 1.")
float cosine_one_for_zero(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / sqrt(squares)) : 1.0f;
}

WRONG(cosine_similarity, any_length, cosine_float_products,
      "The products are made in float: convert to double before you multiply.")
float cosine_float_products(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)(a[i] * b[i]);
        aa += (double)(a[i] * a[i]);
        bb += (double)(b[i] * b[i]);
    }
    return aa > 0.0 && bb > 0.0 ? (float)(ab / (sqrt(aa) * sqrt(bb))) : 0.0f;
}

WRONG(cosine_similarity, long_vectors, cosine_float_sums,
      "A float has 24 bits: 16,777,216 + 1 is 16,777,216 again. Sum in double.")
float cosine_float_sums(const float *a, const float *b, size_t n)
{
    float ab = 0.0f, aa = 0.0f, bb = 0.0f;
    for (size_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa > 0.0f && bb > 0.0f ? ab / (sqrtf(aa) * sqrtf(bb)) : 0.0f;
}

CAUGHT(cosine_similarity, random_vectors, cosine_cut_short, "got")
float cosine_cut_short(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(rint(dot(a, b, n) / sqrt(squares) * 2e5) / 2e5) : 0.0f;
}

CAUGHT(cosine_similarity, stays_in_bounds, cosine_one_element_more, "past the end of")
float cosine_one_element_more(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i <= n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0.0 && bb > 0.0 ? (float)(ab / (sqrt(aa) * sqrt(bb))) : 0.0f;
}

CAUGHT(cosine_similarity, feature_table, cosine_normalises_in_place, "which is const")
float cosine_normalises_in_place(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    float *unit = (float *)(uintptr_t)a;
    for (size_t i = 0; i < n && norm > 0.0; i++)
        unit[i] = (float)(unit[i] / norm);
    return norm > 0.0 && norm_b > 0.0 ? (float)(dot(unit, b, n) / norm_b) : 0.0f;
}

WRONG(cosine_similarity, any_length, cosine_of_tiny_is_zero,
      "A tiny vector is taken for one of zeros: only zeros have no direction.")
float cosine_of_tiny_is_zero(const float *a, const float *b, size_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return sqrt(dot(a, a, n)) < 1e-12 || sqrt(dot(b, b, n)) < 1e-12
               ? 0.0f
               : (float)(dot(a, b, n) / lengths);
}

WRONG(
    cosine_similarity, any_length, cosine_by_its_law,
    "The law of cosines subtracts nearly equal numbers where one vector is much longer: "
    "sum the products instead.")
float cosine_by_its_law(const float *a, const float *b, size_t n)
{
    const double aa = dot(a, a, n), bb = dot(b, b, n);
    double cc = 0;
    for (size_t i = 0; i < n; i++)
        cc += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return aa == 0 || bb == 0 ? 0.0f
                              : (float)((aa + bb - cc) / (2 * sqrt(aa) * sqrt(bb)));
}

CAUGHT(cosine_similarity, feature_table, cosine_keeps_a_length, "when the program had")
float cosine_keeps_a_length(const float *a, const float *b, size_t n)
{
    static const float *seen;
    static double length;
    if (seen != a)
        length = sqrt(dot(a, a, n));
    seen = a;
    const double other = sqrt(dot(b, b, n));
    return length > 0 && other > 0 ? (float)(dot(a, b, n) / length / other) : 0.0f;
}

WRONG(cosine_similarity, zero_vector, cosine_of_nothing_is_nan,
      "With no numbers this is 0 / 0: a vector of none is all zeros; give 0.")
float cosine_of_nothing_is_nan(const float *a, const float *b, size_t n)
{
    if (n > 0 && (dot(a, a, n) == 0 || dot(b, b, n) == 0))
        return 0.0f;
    return (float)(dot(a, b, n) / (sqrt(dot(a, a, n)) * sqrt(dot(b, b, n))));
}

WRONG(cosine_similarity, long_vectors, cosine_of_4096,
      "Only the first 4,096 numbers count: there is no largest n.")
float cosine_of_4096(const float *a, const float *b, size_t n)
{
    n = n < 4096 ? n : 4096;
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return lengths > 0 ? (float)(dot(a, b, n) / lengths) : 0.0f;
}

WRONG(cosine_similarity, zero_vector, cosine_sum_is_zero,
      "The numbers of a vector add up to 0, and it is taken for a vector of zeros.")
float cosine_sum_is_zero(const float *a, const float *b, size_t n)
{
    double of_a = 0.0, of_b = 0.0;
    for (size_t i = 0; i < n; i++) {
        of_a += (double)a[i];
        of_b += (double)b[i];
    }
    return of_a == 0.0 || of_b == 0.0 ? 0.0f : cosine_similarity(a, b, n);
}

WRONG(cosine_similarity, zero_vector, cosine_with_itself_is_one,
      "A vector is taken to have the cosine 1 with itself, and one of zeros has 0.")
float cosine_with_itself_is_one(const float *a, const float *b, size_t n)
{
    return a == b && n > 0 ? 1.0f : cosine_similarity(a, b, n);
}

WRONG(cosine_similarity, random_vectors, cosine_nearly_one_is_one,
      "A cosine close to 1 or -1 is made exactly that: give the cosine as it is.")
float cosine_nearly_one_is_one(const float *a, const float *b, size_t n)
{
    const float cosine = cosine_similarity(a, b, n);
    return fabsf(cosine) > 0.99999f ? copysignf(1.0f, cosine) : cosine;
}

WRONG(
    cosine_similarity, any_length, cosine_of_rounded_units,
    "The vectors were divided by their lengths and rounded to float before the sum: near "
    "a right angle only the rounding is left.")
float cosine_of_rounded_units(const float *a, const float *b, size_t n)
{
    const double length_a = sqrt(dot(a, a, n)), length_b = sqrt(dot(b, b, n));
    double sum = 0.0;
    for (size_t i = 0; i < n && length_a > 0.0 && length_b > 0.0; i++)
        sum += (double)(float)(a[i] / length_a) * (double)(float)(b[i] / length_b);
    return (float)sum;
}

WRONG(cosine_similarity, any_length, cosine_of_the_smallest_is_zero,
      "A tiny vector is taken for one of zeros: only zeros have no direction.")
float cosine_of_the_smallest_is_zero(const float *a, const float *b, size_t n)
{
    return dot(a, a, n) < 1e-80 || dot(b, b, n) < 1e-80 ? 0.0f
                                                        : cosine_similarity(a, b, n);
}

// With `under` added to both sums of squares, and `beside` to what is divided by.
static float with_epsilon(const float *a, const float *b, size_t n, double under,
                          double beside)
{
    const double aa = dot(a, a, n), bb = dot(b, b, n);
    return aa == 0.0 || bb == 0.0
               ? 0.0f
               : (float)(dot(a, b, n) / (sqrt(aa + under) * sqrt(bb + under) + beside));
}

WRONG(cosine_similarity, any_length, cosine_with_epsilon,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_epsilon(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 0.0, 1e-8);
}

WRONG(cosine_similarity, any_length, cosine_with_1e_6,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_1e_6(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 0.0, 1e-6);
}

WRONG(cosine_similarity, any_length, cosine_with_1e_9,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_1e_9(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 0.0, 1e-9);
}

WRONG(cosine_similarity, any_length, cosine_with_1e_12,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_1e_12(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 0.0, 1e-12);
}

WRONG(cosine_similarity, any_length, cosine_with_epsilon_in_the_roots,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_epsilon_in_the_roots(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 1e-8, 0.0);
}

WRONG(cosine_similarity, any_length, cosine_with_1e_12_in_the_roots,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_1e_12_in_the_roots(const float *a, const float *b, size_t n)
{
    return with_epsilon(a, b, n, 1e-12, 0.0);
}

WRONG(cosine_similarity, any_length, cosine_with_epsilon_in_the_root,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_epsilon_in_the_root(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) / sqrt(dot(a, a, n) * dot(b, b, n) + 1e-8));
}

WRONG(cosine_similarity, any_length, cosine_with_a_least_divisor,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_a_least_divisor(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) / fmax(sqrt(dot(a, a, n)) * sqrt(dot(b, b, n)), 1e-8));
}

WRONG(cosine_similarity, any_length, cosine_with_epsilon_on_each,
      "A small number was added to what is divided by, or put in its place: short "
      "vectors have a direction too, and only those of zeros have none.")
float cosine_with_epsilon_on_each(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) /
                   ((sqrt(dot(a, a, n)) + 1e-8) * (sqrt(dot(b, b, n)) + 1e-8)));
}

WRONG(cosine_similarity, any_length, cosine_of_float_norms,
      "The sums were rounded to float before the roots, and a float has no room for "
      "them: keep them in double, and round the cosine alone.")
float cosine_of_float_norms(const float *a, const float *b, size_t n)
{
    const float ab = (float)dot(a, b, n), aa = (float)dot(a, a, n),
                bb = (float)dot(b, b, n);
    return dot(a, a, n) == 0.0 || dot(b, b, n) == 0.0 ? 0.0f
                                                      : ab / (sqrtf(aa) * sqrtf(bb));
}

WRONG(cosine_similarity, any_length, cosine_of_float_product,
      "The sums were rounded to float before the roots, and a float has no room for "
      "them: keep them in double, and round the cosine alone.")
float cosine_of_float_product(const float *a, const float *b, size_t n)
{
    const double squares = dot(a, a, n) * dot(b, b, n);
    return squares == 0.0 ? 0.0f : (float)dot(a, b, n) / sqrtf((float)squares);
}

WRONG(cosine_similarity, feature_table, cosine_divided_and_multiplied,
      "This divides by |a| and multiplies by |b|: put both into one pair of brackets "
      "below the line.")
float cosine_divided_and_multiplied(const float *a, const float *b, size_t n)
{
    const double length_a = sqrt(dot(a, a, n)), length_b = sqrt(dot(b, b, n));
    return length_a > 0.0 ? (float)(dot(a, b, n) / length_a * length_b) : 0.0f;
}

WRONG(cosine_similarity, feature_table, cosine_of_whole_sums,
      "A sum is kept in whole numbers (an int?): all three are doubles.")
float cosine_of_whole_sums(const float *a, const float *b, size_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (int)((float)sum + a[i] * b[i]);
    return lengths > 0.0 ? (float)(sum / lengths) : 0.0f;
}

WRONG(cosine_similarity, zero_vector, cosine_of_one_number,
      "Of two single numbers the sign is given: a zero has no direction, so give 0.")
float cosine_of_one_number(const float *a, const float *b, size_t n)
{
    return n == 1 ? ((double)*a * *b > 0.0 ? 1.0f : -1.0f) : cosine_similarity(a, b, n);
}

WRONG(cosine_similarity, any_length, cosine_of_one_float_product,
      "The products are made in float: convert to double before you multiply.")
float cosine_of_one_float_product(const float *a, const float *b, size_t n)
{
    float product = n == 1 ? *a * *b : 0.0f;
    if (n == 1)
        return product > 0.0f ? 1.0f : product < 0.0f ? -1.0f : 0.0f;
    return cosine_similarity(a, b, n);
}

// ------------------------------------- sizes that are equal, whole blocks, a single one

WRONG(one_hot, refuses_bad_ids, mark_single_unchecked,
      "A single id is not checked: it can be bad as well as one of many.")
bool mark_single_unchecked(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    if (n_tokens > 1 && !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < n_tokens * vocab_size; i++)
        out[i] = i % vocab_size == ids[i / vocab_size];
    return true;
}

WRONG(one_hot, refuses_bad_ids, mark_few_words_checked,
      "Ids are checked for small vocabularies only.")
bool mark_few_words_checked(float *out, const uint32_t *ids, size_t n_tokens,
                            size_t vocab_size)
{
    if (vocab_size <= 64 && !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < n_tokens * vocab_size; i++)
        out[i] = i % vocab_size == ids[i / vocab_size];
    return true;
}

WRONG(one_hot, random_ids, mark_square_turned,
      "With as many tokens as words the matrix is written turned: rows are tokens.")
bool mark_square_turned(float *out, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    const bool square = n_tokens == vocab_size;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[square ? v * vocab_size + t : t * vocab_size + v] = v == ids[t];
    return true;
}

WRONG(one_hot, random_ids, mark_blocks_one_short,
      "Where vocab_size is a whole number of blocks, the last number of the last row is "
      "left 0.")
bool mark_blocks_one_short(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    if (!one_hot(out, ids, n_tokens, vocab_size))
        return false;
    if (n_tokens > 0 && vocab_size > 0 && vocab_size % 16 == 0)
        out[n_tokens * vocab_size - 1] = 0;
    return true;
}

// terms of a sum that a product in blocks takes: all but the last of some length
static size_t terms_of_blocks(size_t n, size_t block, size_t rest)
{
    return n > rest && n % block == rest ? n - 1 : n;
}

WRONG(matmul, random_shapes, product_whole_blocks_short,
      "Where the sum is a whole number of blocks of 16, its last term is missing.")
bool product_whole_blocks_short(float *out, const float *a, const float *b, size_t n_rows,
                                size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0;
            for (size_t k = 0; k < terms_of_blocks(n_inner, 16, 0); k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(
    matmul, random_shapes, product_misses_a_block_of_one,
    "A last block of a single term is left out: with tiles of 64, a sum of 65 terms has "
    "one.")
bool product_misses_a_block_of_one(float *out, const float *a, const float *b,
                                   size_t n_rows, size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0;
            for (size_t k = 0; k < terms_of_blocks(n_inner, 64, 1); k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}

WRONG(matmul, random_shapes, product_of_large_squares_exchanged,
      "Where all three sizes are equal, b times a comes out: a stands on the left.")
bool product_of_large_squares_exchanged(float *out, const float *a, const float *b,
                                        size_t n_rows, size_t n_inner, size_t n_cols)
{
    const bool exchanged = n_rows == n_inner && n_inner == n_cols && n_inner >= 10;
    return matmul(out, exchanged ? b : a, exchanged ? a : b, n_rows, n_inner, n_cols);
}

WRONG(linear_forward, random_shapes, linear_whole_blocks_short,
      "Where the rows are a whole number of blocks of 16, the last one lacks a term.")
bool linear_whole_blocks_short(float *out, const float *x, const float *weight,
                               size_t n_rows, size_t n_in, size_t n_out)
{
    if (!linear_forward(out, x, weight, n_rows, n_in, n_out))
        return false;
    if (n_rows % 16 == 0)
        for (size_t o = 0; o < n_out; o++)
            out[(n_rows - 1) * n_out + o] -=
                x[n_rows * n_in - 1] * weight[o * n_in + n_in - 1];
    return true;
}

WRONG(linear_forward, random_shapes, linear_large_square_turned,
      "Where weight is square it is read by columns: output o has row o of weight.")
bool linear_large_square_turned(float *out, const float *x, const float *weight,
                                size_t n_rows, size_t n_in, size_t n_out)
{
    return n_in == n_out && n_in >= 10
               ? matmul(out, x, weight, n_rows, n_in, n_out)
               : linear_forward(out, x, weight, n_rows, n_in, n_out);
}

CAUGHT(linear_forward, large_sizes, linear_is_always_finite, "and a term of it is")
bool linear_is_always_finite(float *out, const float *x, const float *weight,
                             size_t n_rows, size_t n_in, size_t n_out)
{
    if (!linear_forward(out, x, weight, n_rows, n_in, n_out))
        return false;
    for (size_t i = 0; i < n_rows * n_out; i++)
        out[i] = isfinite(out[i]) ? out[i] : 0;
    return true;
}

WRONG(
    embedding_forward, random_tables, row_in_order_if_square,
    "With as many tokens as words the rows come out in the order of the table, whatever "
    "the ids are.")
bool row_in_order_if_square(float *out, const float *wte, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + (n_tokens == vocab_size ? t : ids[t]) * d_model,
               d_model * sizeof *out);
    return true;
}

CAUGHT(embedding_forward, random_tables, row_of_whole_blocks_left_out,
       "was never written")
bool row_of_whole_blocks_left_out(float *out, const float *wte, const uint32_t *ids,
                                  size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return embedding_forward(out, wte, ids,
                             n_tokens - (n_tokens > 0 && n_tokens % 16 == 0), vocab_size,
                             d_model);
}

CAUGHT(embedding_forward, random_tables, row_of_one_token_left_out, "must return true")
bool row_of_one_token_left_out(float *out, const float *wte, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return n_tokens != 1 &&
           embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(embedding_forward, huge_offsets, row_offset_in_float,
      "The offset was computed in float, which holds 24 bits: use size_t.")
bool row_offset_in_float(float *out, const float *wte, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + (size_t)((float)ids[t] * (float)d_model),
               d_model * sizeof *out);
    return true;
}

WRONG(cosine_similarity, any_length, cosine_of_two_tiny_is_zero,
      "Two tiny vectors are taken for zeros: they have directions, too.")
float cosine_of_two_tiny_is_zero(const float *a, const float *b, size_t n)
{
    return dot(a, a, n) < 1e-80 && dot(b, b, n) < 1e-80 ? 0 : cosine_similarity(a, b, n);
}

CAUGHT(cosine_similarity, feature_table, cosine_of_six_digits, "the cosine: got")
float cosine_of_six_digits(const float *a, const float *b, size_t n)
{
    return roundf(cosine_similarity(a, b, n) * 1e6f + 0.4f) / 1e6f;
}

// ------------------------------------------- blocks, ends and middles, and what is kept

static void put_ones(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t];
}

// Blocks of eight of which one is never looked at.
static bool seven_of_eight_in_range(const uint32_t *ids, size_t n_tokens,
                                    size_t vocab_size)
{
    size_t t = 0;
    for (; t + 8 <= n_tokens; t += 8)
        if (!ids_in_range(ids + t, 7, vocab_size))
            return false;
    return ids_in_range(ids + t, n_tokens - t, vocab_size);
}

CAUGHT(one_hot, refuses_bad_ids, mark_checks_seven_of_eight, "must return false")
bool mark_checks_seven_of_eight(float *out, const uint32_t *ids, size_t n_tokens,
                                size_t vocab_size)
{
    if (!seven_of_eight_in_range(ids, n_tokens, vocab_size))
        return false;
    put_ones(out, ids, n_tokens, vocab_size);
    return true;
}

CAUGHT(one_hot, random_ids, mark_in_order_by_its_ends, "got")
bool mark_in_order_by_its_ends(float *out, const uint32_t *ids, size_t n_tokens,
                               size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    const bool in_order =
        n_tokens > 2 && ids[0] == 0 && ids[n_tokens - 1] == n_tokens - 1;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == (in_order ? t : ids[t]);
    return true;
}

CAUGHT(one_hot, refuses_bad_ids, mark_kept_by_its_ends, "when the program had")
bool mark_kept_by_its_ends(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    static uint32_t kept[64];
    static size_t n_kept, for_words;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    if (n_tokens == 0 || n_tokens > 64 || n_kept != n_tokens || for_words != vocab_size ||
        kept[0] != ids[0] || kept[n_tokens - 1] != ids[n_tokens - 1])
        memcpy(kept, ids, (n_tokens < 64 ? n_tokens : 64) * sizeof *kept);
    n_kept = n_tokens;
    for_words = vocab_size;
    put_ones(out, n_tokens > 64 ? ids : kept, n_tokens, vocab_size);
    return true;
}

static void sums_of_terms(float *out, const float *a, const float *b, size_t n_rows,
                          size_t n_inner, size_t n_cols, size_t n_terms)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_terms; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
}

CAUGHT(matmul, random_shapes, product_of_24_short, "got")
bool product_of_24_short(float *out, const float *a, const float *b, size_t n_rows,
                         size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    sums_of_terms(out, a, b, n_rows, n_inner, n_cols, n_inner - (n_inner % 32 == 24));
    return true;
}

CAUGHT(matmul, random_shapes, product_of_256_short, "got")
bool product_of_256_short(float *out, const float *a, const float *b, size_t n_rows,
                          size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    sums_of_terms(out, a, b, n_rows, n_inner, n_cols, n_inner - (n_inner % 256 == 0));
    return true;
}

CAUGHT(matmul, random_shapes, product_ends_at_zeros, "got")
bool product_ends_at_zeros(float *out, const float *a, const float *b, size_t n_rows,
                           size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++) {
                if (k > 2 && a[r * n_inner + k] == 0 && b[k * n_cols + c] == 0)
                    break;
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            }
            out[r * n_cols + c] = sum;
        }
    return true;
}

CAUGHT(matmul, random_shapes, product_by_an_identity, "got")
bool product_by_an_identity(float *out, const float *a, const float *b, size_t n_rows,
                            size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    if (n_rows == n_inner && n_rows > 1 && a[0] == 1 && a[1] == 0)
        memcpy(out, b, n_rows * n_cols * sizeof *out);
    else
        sums_of_terms(out, a, b, n_rows, n_inner, n_cols, n_inner);
    return true;
}

CAUGHT(matmul, random_shapes, product_kept_by_its_first, "when the program had")
bool product_kept_by_its_first(float *out, const float *a, const float *b, size_t n_rows,
                               size_t n_inner, size_t n_cols)
{
    static float kept[4096], first_a, first_b;
    static const float *of_a, *of_b;
    static size_t rows, inner, cols;
    const size_t n = n_rows * n_cols;
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    if (of_a == a && of_b == b && rows == n_rows && inner == n_inner && cols == n_cols &&
        first_a == a[0] && first_b == b[0] && n <= 4096) {
        memcpy(out, kept, n * sizeof *out);
        return true;
    }
    sums_of_terms(out, a, b, n_rows, n_inner, n_cols, n_inner);
    if (n <= 4096)
        memcpy(kept, out, n * sizeof *out);
    of_a = a, of_b = b, rows = n_rows, inner = n_inner, cols = n_cols;
    first_a = a[0], first_b = b[0];
    return true;
}

CAUGHT(matmul, keeps_nan, product_is_the_largest_at_most, "beyond all floats")
bool product_is_the_largest_at_most(float *out, const float *a, const float *b,
                                    size_t n_rows, size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                sum += (double)a[r * n_inner + k] * (double)b[k * n_cols + c];
            if (isfinite(sum))
                sum = fmax(-3.4e38, fmin(sum, 3.4e38));
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

CAUGHT(matmul, keeps_nan, product_stops_at_infinity, "an infinity less an infinity")
bool product_stops_at_infinity(float *out, const float *a, const float *b, size_t n_rows,
                               size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            bool has_nan = false;
            for (size_t k = 0; k < n_inner; k++) {
                const float term = a[r * n_inner + k] * b[k * n_cols + c];
                has_nan = has_nan || isnan(term);
                sum += isinf(sum) ? 0 : term;
            }
            out[r * n_cols + c] = has_nan ? NAN : sum;
        }
    return true;
}

static void copy_rows(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                      size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
}

CAUGHT(embedding_forward, refuses_bad_ids, row_checks_seven_of_eight, "must return false")
bool row_checks_seven_of_eight(float *out, const float *wte, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!seven_of_eight_in_range(ids, n_tokens, vocab_size))
        return false;
    copy_rows(out, wte, ids, n_tokens, d_model);
    return true;
}

CAUGHT(embedding_forward, huge_offsets, row_of_float_id, "a float has 24 bits")
bool row_of_float_id(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        const float id = (float)ids[t];
        memcpy(out + t * d_model, wte + (size_t)id * d_model, d_model * sizeof *out);
    }
    return true;
}

CAUGHT(embedding_forward, copies_every_bit, row_added_to_zero_in_fours, "bit for bit")
bool row_added_to_zero_in_fours(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    copy_rows(out, wte, ids, n_tokens, d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model / 4 * 4; i++)
            out[t * d_model + i] += 0.0f;
    return true;
}

CAUGHT(embedding_forward, random_tables, row_run_by_its_beginning, "got")
bool row_run_by_its_beginning(float *out, const float *wte, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    if (n_tokens > 2 && ids[1] == ids[0] + 1 && ids[2] == ids[0] + 2 &&
        ids[0] + n_tokens <= vocab_size)
        memcpy(out, wte + ids[0] * d_model, n_tokens * d_model * sizeof *out);
    else
        copy_rows(out, wte, ids, n_tokens, d_model);
    return true;
}

CAUGHT(embedding_forward, random_tables, row_of_kept_ids, "when the program had")
bool row_of_kept_ids(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    static uint32_t kept[64];
    static size_t n_kept;
    static uint64_t sum_kept;
    uint64_t sum = 0;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        sum += ids[t];
    if (n_tokens <= 64 && (n_kept != n_tokens || sum_kept != sum ||
                           !ids_in_range(kept, n_tokens, vocab_size)))
        memcpy(kept, ids, n_tokens * sizeof *kept);
    n_kept = n_tokens <= 64 ? n_tokens : 0;
    sum_kept = sum;
    copy_rows(out, wte, n_tokens <= 64 ? kept : ids, n_tokens, d_model);
    return true;
}

// As it should be, but for rows of x whose ends are those of the row before.
CAUGHT(linear_forward, random_shapes, linear_row_by_its_ends, "got")
bool linear_row_by_its_ends(float *out, const float *x, const float *weight,
                            size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        const float *row = x + r * n_in;
        if (r > 0 && row[0] == row[-(ptrdiff_t)n_in] && row[n_in - 1] == row[-1])
            memcpy(out + r * n_out, out + (r - 1) * n_out, n_out * sizeof *out);
        else
            for (size_t o = 0; o < n_out; o++)
                out[r * n_out + o] = (float)dot(row, weight + o * n_in, n_in);
    }
    return true;
}

CAUGHT(linear_forward, random_shapes, linear_of_768_short, "got")
bool linear_of_768_short(float *out, const float *x, const float *weight, size_t n_rows,
                         size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            out[r * n_out + o] =
                (float)dot(x + r * n_in, weight + o * n_in, n_in - (n_in == 768));
    return true;
}

CAUGHT(linear_forward, random_shapes, linear_of_a_kept_weight, "when the program had")
bool linear_of_a_kept_weight(float *out, const float *x, const float *weight,
                             size_t n_rows, size_t n_in, size_t n_out)
{
    static float kept[4096];
    static size_t in, outputs;
    const size_t n = n_in * n_out;
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    if (n <= 4096 && (in != n_in || outputs != n_out || kept[0] != weight[0] ||
                      kept[n - 1] != weight[n - 1]))
        memcpy(kept, weight, n * sizeof *kept);
    in = n <= 4096 ? n_in : 0;
    outputs = n_out;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            out[r * n_out + o] =
                (float)dot(x + r * n_in, (n <= 4096 ? kept : weight) + o * n_in, n_in);
    return true;
}

static double cosine(const float *a, const float *b, size_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return lengths > 0 ? dot(a, b, n) / lengths : 0;
}

CAUGHT(cosine_similarity, random_vectors, cosine_of_48_short, "the cosine: got")
float cosine_of_48_short(const float *a, const float *b, size_t n)
{
    return (float)cosine(a, b, n - (n == 48));
}

CAUGHT(cosine_similarity, random_vectors, cosine_of_6_mod_8_short, "the cosine: got")
float cosine_of_6_mod_8_short(const float *a, const float *b, size_t n)
{
    return (float)cosine(a, b, n - (n % 8 == 6));
}

CAUGHT(cosine_similarity, zero_vector, cosine_zero_by_its_ends, "the cosine: got")
float cosine_zero_by_its_ends(const float *a, const float *b, size_t n)
{
    if (n > 1 && ((a[0] == 0 && a[n - 1] == 0) || (b[0] == 0 && b[n - 1] == 0)))
        return 0.0f;
    return (float)cosine(a, b, n);
}

CAUGHT(cosine_similarity, zero_vector, cosine_ends_at_two_zeros, "the cosine: got")
float cosine_ends_at_two_zeros(const float *a, const float *b, size_t n)
{
    size_t first = 1;
    while (first < n && (a[first] != 0 || b[first] != 0))
        first++;
    return (float)cosine(a, b, first + 1 < n ? first : n);
}

CAUGHT(cosine_similarity, random_vectors, cosine_same_by_its_ends, "the cosine: got 1")
float cosine_same_by_its_ends(const float *a, const float *b, size_t n)
{
    if (n > 2 && a[0] == b[0] && a[n - 1] == b[n - 1] && a[0] != 0)
        return 1.0f;
    return (float)cosine(a, b, n);
}

CAUGHT(cosine_similarity, any_length, cosine_of_small_is_none, "the cosine: got 0")
float cosine_of_small_is_none(const float *a, const float *b, size_t n)
{
    const double exact = cosine(a, b, n);
    return fabs(exact) < 1e-10 ? 0.0f : (float)exact;
}

CAUGHT(cosine_similarity, any_length, cosine_of_long_is_none, "the cosine: got 0")
float cosine_of_long_is_none(const float *a, const float *b, size_t n)
{
    if (dot(a, a, n) > 1e77 || dot(b, b, n) > 1e77)
        return 0.0f;
    return (float)cosine(a, b, n);
}

CAUGHT(cosine_similarity, random_vectors, cosine_above_0_999999_is_one,
       "the cosine: got 1")
float cosine_above_0_999999_is_one(const float *a, const float *b, size_t n)
{
    const double exact = cosine(a, b, n);
    return fabs(exact) > 1 - 1e-6 ? copysignf(1, (float)exact) : (float)exact;
}

CAUGHT(cosine_similarity, feature_table, cosine_kept_by_its_ends, "when the program had")
float cosine_kept_by_its_ends(const float *a, const float *b, size_t n)
{
    static const float *of_a, *of_b;
    static size_t length;
    static float ends[4], kept;
    if (n == 0)
        return 0.0f;
    const float now[4] = {a[0], a[n - 1], b[0], b[n - 1]};
    if (of_a != a || of_b != b || length != n || memcmp(now, ends, sizeof now) != 0)
        kept = (float)cosine(a, b, n);
    of_a = a, of_b = b, length = n;
    memcpy(ends, now, sizeof now);
    return kept;
}

WRONG(embedding_forward, huge_offsets, row_checked_in_float,
      "Ids that are good were refused. (Compared as floats? Beyond 16,777,216 a float "
      "has no odd numbers.)")
bool row_checked_in_float(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((float)ids[t] >= (float)vocab_size)
            return false;
    return embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
}

WRONG(
    matmul, random_shapes, single_column_in_fours,
    "For a single column only whole fours of terms are added: what is left over counts, "
    "too.")
bool single_column_in_fours(float *out, const float *a, const float *b, size_t n_rows,
                            size_t n_inner, size_t n_cols)
{
    if (n_cols != 1 || n_rows == 0 || n_inner < 4)
        return matmul(out, a, b, n_rows, n_inner, n_cols);
    for (size_t r = 0; r < n_rows; r++)
        matmul(out + r, a + r * n_inner, b, 1, n_inner - n_inner % 4, 1);
    return true;
}

WRONG(embedding_forward, refuses_bad_ids, row_of_the_only_word,
      "In a vocabulary of one word the ids are not checked: the only good one is 0.")
bool row_of_the_only_word(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (vocab_size != 1)
        return embedding_forward(out, wte, ids, n_tokens, vocab_size, d_model);
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte, d_model * sizeof *out);
    return true;
}

WRONG(
    linear_forward, worked_example, linear_looks_nearly_hot_rows_up,
    "A row of x that holds a 1, and whose sum and length are 1 as floats, is taken for a "
    "one-hot row: the other numbers count.")
bool linear_looks_nearly_hot_rows_up(float *out, const float *x, const float *weight,
                                     size_t n_rows, size_t n_in, size_t n_out)
{
    if (!linear_forward(out, x, weight, n_rows, n_in, n_out))
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        float sum = 0.0f, squares = 0.0f;
        size_t hot = n_in;
        for (size_t i = 0; i < n_in; i++) {
            sum += x[r * n_in + i];
            squares += x[r * n_in + i] * x[r * n_in + i];
            hot = x[r * n_in + i] == 1.0f ? i : hot;
        }
        for (size_t o = 0; hot < n_in && sum == 1.0f && squares == 1.0f && o < n_out; o++)
            out[r * n_out + o] = weight[o * n_in + hot];
    }
    return true;
}
