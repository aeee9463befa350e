// Wrong answers to the exercises of chapter 11, each with the test that must catch it and
// the sentence that names it. answers.h says how they are listed.
#include <stdlib.h>
#include <string.h>

// --------------------------------------------------------------- 11.1 most_frequent_pair

struct counted {
    uint64_t pair, count;
    size_t first;
};

static int pairs_ascend(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    return x->pair != y->pair ? (x->pair < y->pair ? -1 : 1)
                              : (x->first > y->first) - (x->first < y->first);
}

// what a wrong answer does otherwise
enum pair_fault {
    NO_FAULT,
    LAST_OF_EQUAL = 1,
    SMALLEST_OF_EQUAL = 2,
    WORDS_ONCE = 4,
    ACROSS_WORDS = 8,
    NO_OVERLAP = 16,
    COUNT_IN_32 = 32,
    SIXTEEN_BITS = 64,
    UNSEEN_COUNT_FIRST = 128,
    UNORDERED = 256,
    LAST_WORD_LEFT_OUT = 512,
    UNSEEN_ONCE = 1024,
    COUNT_AS_DOUBLE = 2048,
    ALWAYS_TRUE = 4096,
    ACROSS_LEFT = 8192,
    BITS_24 = 16384
};

static bool pair_with_fault(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                            const size_t *lengths, const uint64_t *counts, size_t n_words,
                            unsigned fault)
{
    size_t n_ids = 0, n = 0, at = 0,
           before = 0; // `before`: the last word of an id or more
    for (size_t w = 0; w < n_words; w++)
        n_ids += lengths[w];
    struct counted *all = malloc((n_ids + 1) * sizeof *all), best = {0, 0, 0};
    for (size_t w = 0; w < n_words; at += lengths[w++]) {
        if (fault & LAST_WORD_LEFT_OUT && w + 1 == n_words && n_words > 1)
            break;
        for (size_t k = at + (fault & ACROSS_WORDS && at > 0 ? 0 : 1);
             k < at + lengths[w]; k++) {
            uint32_t left = ids[k - 1], right = ids[k];
            if (fault & UNORDERED && left > right)
                left = ids[k], right = ids[k - 1];
            if (fault & SIXTEEN_BITS)
                left &= 0xFFFF, right &= 0xFFFF;
            if (fault & BITS_24)
                left &= 0xFFFFFF, right &= 0xFFFFFF;
            const size_t word = fault & ACROSS_LEFT && k == at ? before : w;
            uint64_t times = fault & WORDS_ONCE ? 1 : counts[word];
            if (fault & UNSEEN_ONCE && times == 0)
                times = 1;
            if (counts[word] > 0 || fault & (UNSEEN_COUNT_FIRST | UNSEEN_ONCE))
                all[n++] = (struct counted){(uint64_t)left << 32 | right, times, k};
            if (fault & NO_OVERLAP && left == right && k + 1 < at + lengths[w] &&
                ids[k + 1] == right)
                k++;
        }
        before = lengths[w] > 0 ? w : before;
    }
    qsort(all, n, sizeof *all, pairs_ascend);
    for (size_t k = 0, next; k < n; k = next) {
        struct counted sum = all[k];
        for (next = k + 1; next < n && all[next].pair == sum.pair; next++)
            sum.count += all[next].count;
        if (fault & COUNT_IN_32)
            sum.count = (uint32_t)sum.count;
        if (fault & COUNT_AS_DOUBLE)
            sum.count = (uint64_t)(float)sum.count;
        const bool wins_tie = fault & SMALLEST_OF_EQUAL ? false
                              : fault & LAST_OF_EQUAL   ? sum.first > best.first
                                                        : sum.first < best.first;
        if (sum.count > best.count ||
            (sum.count == best.count && best.count > 0 && wins_tie))
            best = sum;
    }
    free(all);
    if (best.count == 0 && !(fault & ALWAYS_TRUE))
        return false;
    pair[0] = (uint32_t)(best.pair >> 32);
    pair[1] = (uint32_t)best.pair;
    *count = best.count;
    return true;
}

#define PAIR_FAULT(name, fault)                                                          \
    bool name(uint32_t *pair, uint64_t *count, const uint32_t *ids,                      \
              const size_t *lengths, const uint64_t *counts, size_t n_words)             \
    {                                                                                    \
        return pair_with_fault(pair, count, ids, lengths, counts, n_words, fault);       \
    }

WRONG(most_frequent_pair, worked_example, pair_words_once,
      "Each word counts once here: count it as often as it stands, counts[w].")
PAIR_FAULT(pair_words_once, WORDS_ONCE)

WRONG(most_frequent_pair, random_texts, pair_unordered,
      "The pairs (a, b) and (b, a) are taken for the same: the left one comes first.")
PAIR_FAULT(pair_unordered, UNORDERED)

WRONG(most_frequent_pair, worked_example, pair_last_word_left_out,
      "The last word is left out.")
PAIR_FAULT(pair_last_word_left_out, LAST_WORD_LEFT_OUT)

WRONG(
    most_frequent_pair, ties, pair_last_of_equal,
    "Of equal pairs this is not the first: the place where a pair stands first decides.")
PAIR_FAULT(pair_last_of_equal, LAST_OF_EQUAL)

WRONG(
    most_frequent_pair, ties, pair_smallest_of_equal,
    "Of equal pairs this is not the first: the place where a pair stands first decides.")
PAIR_FAULT(pair_smallest_of_equal, SMALLEST_OF_EQUAL)

WRONG(most_frequent_pair, overlapping_places, pair_no_overlap,
      "Places that overlap count too: in 7 7 7 the pair 7, 7 stands twice.")
PAIR_FAULT(pair_no_overlap, NO_OVERLAP)

WRONG(most_frequent_pair, stays_in_words, pair_across_words,
      "The last id of a word and the first of the next one are no pair.")
PAIR_FAULT(pair_across_words, ACROSS_WORDS)

WRONG(most_frequent_pair, stays_in_words, pair_across_with_the_left,
      "The last id of a word and the first of the next one are no pair.")
PAIR_FAULT(pair_across_with_the_left, ACROSS_WORDS | ACROSS_LEFT)

WRONG(most_frequent_pair, words_that_do_not_stand, pair_unseen_is_first,
      "A word with the count 0 does not stand in the text: its places decide no tie.")
PAIR_FAULT(pair_unseen_is_first, UNSEEN_COUNT_FIRST)

WRONG(most_frequent_pair, words_that_do_not_stand, pair_unseen_once,
      "A word with the count 0 counts 0 times, not once.")
PAIR_FAULT(pair_unseen_once, UNSEEN_ONCE)

WRONG(most_frequent_pair, wide_numbers, pair_count_in_32_bits,
      "The sums are kept in 32 bits: a count is a uint64_t.")
PAIR_FAULT(pair_count_in_32_bits, COUNT_IN_32)

WRONG(most_frequent_pair, wide_numbers, pair_count_in_float,
      "The sums are rounded: a float or a double does not hold a count of 64 bits.")
PAIR_FAULT(pair_count_in_float, COUNT_AS_DOUBLE)

WRONG(most_frequent_pair, wide_numbers, pair_in_24_bits,
      "The ids are cut to 24 bits: they are numbers of 32.")
PAIR_FAULT(pair_in_24_bits, BITS_24)

WRONG(most_frequent_pair, wide_numbers, pair_in_sixteen_bits,
      "The ids are cut to 16 bits: they are numbers of 32.")
PAIR_FAULT(pair_in_sixteen_bits, SIXTEEN_BITS)

CAUGHT(most_frequent_pair, no_pair, pair_always_there,
       "must return false here: no pair stands in this text")
PAIR_FAULT(pair_always_there, ALWAYS_TRUE)

CAUGHT(most_frequent_pair, large_texts, pair_by_comparing_all, "n log n steps")
bool pair_by_comparing_all(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                           const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    uint64_t best = 0;
    size_t at = 0;
    for (size_t w = 0; w < n_words; at += lengths[w++])
        for (size_t k = at + 1; k < at + lengths[w]; k++) {
            uint64_t sum = 0;
            for (size_t v = 0, from = 0; v < n_words; from += lengths[v++])
                for (size_t i = from + 1; i < from + lengths[v]; i++)
                    sum += ids[i - 1] == ids[k - 1] && ids[i] == ids[k] ? counts[v] : 0;
            if (counts[w] > 0 && sum > best) {
                best = sum;
                pair[0] = ids[k - 1], pair[1] = ids[k];
                *count = sum;
            }
        }
    return best > 0;
}

CAUGHT(most_frequent_pair, stays_in_bounds, pair_reads_too_far, "past the end of")
bool pair_reads_too_far(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                        const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    const volatile uint32_t *all = ids;
    const uint32_t behind = all[n];
    return pair_with_fault(pair, count, ids, lengths, counts, n_words,
                           behind == 0x12345 ? LAST_OF_EQUAL : NO_FAULT);
}

// what two ids become where one number stands for both, and nobody compares the ids
static bool numbers_made(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                         const size_t *lengths, const uint64_t *counts, size_t n_words,
                         uint64_t factor)
{
    size_t n = 0, best = 0, at = 0;
    uint64_t most = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    if (n > 5000)
        return most_frequent_pair(pair, count, ids, lengths, counts, n_words);
    uint64_t *key = calloc(n + 1, sizeof *key), *weight = calloc(n + 1, sizeof *weight);
    for (size_t w = 0; w < n_words; at += lengths[w++])
        for (size_t k = 1; k < lengths[w]; k++) {
            key[at + k] = ids[at + k - 1] * factor + ids[at + k];
            weight[at + k] = counts[w];
        }
    for (size_t k = 1; k < n; k++) {
        uint64_t sum = 0;
        for (size_t j = k; j < n; j++)
            sum += key[j] == key[k] ? weight[j] : 0;
        best = weight[k] > 0 && sum > most ? k : best;
        most = weight[k] > 0 && sum > most ? sum : most;
    }
    free(key);
    free(weight);
    if (most == 0)
        return false;
    pair[0] = ids[best - 1];
    pair[1] = ids[best];
    *count = most;
    return true;
}

WRONG(most_frequent_pair, wide_numbers, pair_by_hash_alone,
      "Different pairs are taken for the same: one number made of two ids, as left * "
      "50257 + "
      "right or a hash, may stand for several. Compare the two ids, too.")
bool pair_by_hash_alone(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                        const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    return numbers_made(pair, count, ids, lengths, counts, n_words, 1000003);
}

WRONG(most_frequent_pair, wide_numbers, pair_of_31_bits,
      "Different pairs are taken for the same: one number made of two ids, as left * "
      "50257 + "
      "right or a hash, may stand for several. Compare the two ids, too.")
bool pair_of_31_bits(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                     const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    return numbers_made(pair, count, ids, lengths, counts, n_words, 0x80000000u);
}

WRONG(most_frequent_pair, wide_numbers, pair_of_decimals,
      "Different pairs are taken for the same: one number made of two ids, as left * "
      "50257 + "
      "right or a hash, may stand for several. Compare the two ids, too.")
bool pair_of_decimals(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                      const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    return numbers_made(pair, count, ids, lengths, counts, n_words, 100000);
}

WRONG(most_frequent_pair, wide_numbers, pair_of_a_vocabulary,
      "Different pairs are taken for the same: one number made of two ids, as left * "
      "50257 + "
      "right or a hash, may stand for several. Compare the two ids, too.")
bool pair_of_a_vocabulary(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                          const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    return numbers_made(pair, count, ids, lengths, counts, n_words, 50257);
}

WRONG(most_frequent_pair, wide_numbers, pair_signed_sums,
      "The sums are compared as signed numbers, and from 2^63 on they are below 0 there.")
bool pair_signed_sums(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                      const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    uint64_t *small = calloc(n_words + 1, sizeof *small);
    for (size_t w = 0; w < n_words; w++)
        small[w] = counts[w] >> 63 ? 0 : counts[w];
    const bool found = most_frequent_pair(pair, count, ids, lengths, small, n_words);
    free(small);
    return found;
}

// ----------------------------------------------------------------------- 11.2 merge_pair

WRONG(merge_pair, worked_example, merge_right_to_left,
      "The joins are made from right to left: of three equal ids the first two join.")
bool merge_right_to_left(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                         uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = n_ids; t > 0; n++)
        if (t > 1 && ids[t - 2] == left && ids[t - 1] == right)
            out[n] = merged, t -= 2;
        else
            out[n] = ids[--t];
    for (size_t k = 0; k < n / 2; k++) {
        const uint32_t other = out[k];
        out[k] = out[n - 1 - k], out[n - 1 - k] = other;
    }
    *n_out = n;
    return true;
}

WRONG(merge_pair, random_words, merge_first_only,
      "Not every place is joined: go on behind the first one, up to the last two ids.")
bool merge_first_only(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                      uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    bool done = false;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins =
            !done && t + 1 < n_ids && ids[t] == left && ids[t + 1] == right;
        out[n++] = joins ? merged : ids[t];
        t += joins, done |= joins;
    }
    *n_out = n;
    return true;
}

WRONG(merge_pair, random_words, merge_either_order,
      "Right before left is another pair, and is not joined.")
bool merge_either_order(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                        uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins = t + 1 < n_ids && ((ids[t] == left && ids[t + 1] == right) ||
                                             (ids[t] == right && ids[t + 1] == left));
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

WRONG(merge_pair, worked_example, merge_different_only,
      "Two equal ids are a pair too, and are joined like any other.")
bool merge_different_only(uint32_t *out, size_t *n_out, const uint32_t *ids,
                          uint32_t left, uint32_t right, uint32_t merged, size_t n_ids)
{
    if (left != right)
        return merge_pair(out, n_out, ids, left, right, merged, n_ids);
    for (size_t t = 0; t < n_ids; t++)
        out[t] = ids[t];
    *n_out = n_ids;
    return true;
}

WRONG(merge_pair, runs, merge_overlapping,
      "An id that was joined is joined again: after a join go on behind both.")
bool merge_overlapping(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                       uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++)
        if (t + 1 < n_ids && ids[t] == left && ids[t + 1] == right)
            out[n++] = merged;
        else if (t == 0 || ids[t - 1] != left || ids[t] != right)
            out[n++] = ids[t];
    *n_out = n;
    return true;
}

WRONG(merge_pair, merged_is_a_part, merge_on_the_output,
      "What was joined is looked at again: read from ids, not from out.")
bool merge_on_the_output(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                         uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++)
        if (n > 0 && out[n - 1] == left && ids[t] == right)
            out[n - 1] = merged;
        else
            out[n++] = ids[t];
    *n_out = n;
    return true;
}

CAUGHT(merge_pair, wide_ids, merge_zero_is_none, "got")
bool merge_zero_is_none(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                        uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins = (int32_t)merged >= 0 && t + 1 < n_ids && ids[t] == left &&
                           ids[t + 1] == right;
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

WRONG(merge_pair, short_words, merge_not_at_the_end,
      "Not every place is joined: go on behind the first one, up to the last two ids.")
bool merge_not_at_the_end(uint32_t *out, size_t *n_out, const uint32_t *ids,
                          uint32_t left, uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins = t + 2 < n_ids && ids[t] == left && ids[t + 1] == right;
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

CAUGHT(merge_pair, large_words, merge_few, "got")
bool merge_few(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
               uint32_t right, uint32_t merged, size_t n_ids)
{
    uint16_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins = t + 1 < n_ids && ids[t] == left && ids[t + 1] == right;
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

CAUGHT(merge_pair, stays_in_bounds, merge_looks_behind, "past the end of")
bool merge_looks_behind(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                        uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const volatile uint32_t *at = ids + t;
        const bool joins = at[0] == left && at[1] == right && t + 1 < n_ids;
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

WRONG(merge_pair, large_words, merge_in_blocks,
      "A word is joined block by block: a pair may stand where two blocks meet, or last.")
bool merge_in_blocks(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                     uint32_t right, uint32_t merged, size_t n_ids)
{
    *n_out = 0;
    for (size_t from = 0, n; from < n_ids; from += 1024) {
        merge_pair(out + *n_out, &n, ids + from, left, right, merged,
                   n_ids - from < 1024 ? n_ids - from : 1024);
        *n_out += n;
    }
    return true;
}

// --------------------------------------------------------------------- 11.3 pre_tokenize

enum { OTHERS, LETTERS, NUMBERS, SPACES, RESTS };

enum cut_fault {
    SPACE_ALONE = 1,
    TAB_IN_FRONT = 2,
    NO_GIVING_BACK = 4,
    END_GIVES_BACK = 8,
    CAPITAL_ENDINGS = 16,
    NO_ENDINGS = 32,
    SPACE_BEFORE_ENDING = 64,
    REST_ENDS_WORD = 128,
    GIVES_BACK_A_BYTE = 256,
    LETTERS_AND_NUMBERS = 512,
    NO_CHECK = 1024,
    CHECKS_AS_IT_GOES = 2048,
    ENDING_IN_RUN = 4096,
    LAST_IS_TWO = 8192,
    REST_FIRST_IS_GOOD = 16384,
    ENDING_IS_WORD = 32768,
    ZERO_ENDING = 65536,
    ALL_IN_FRONT = 131072,
    BYTE_IN_FRONT = 262144,
    LONE_IS_KEPT = 524288
};

static size_t ending_at(const unsigned char *text, size_t n, unsigned fault)
{
    static const char *const all[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d",
                                      "'S", "'T", "'RE", "'VE", "'M", "'LL", "'D"};
    for (size_t k = 0; k < (fault & CAPITAL_ENDINGS ? 14u : 7u); k++)
        if (n >= strlen(all[k]) && memcmp(text, all[k], strlen(all[k])) == 0)
            return fault & NO_ENDINGS ? 0 : strlen(all[k]);
    return fault & ZERO_ENDING && n >= 2 && text[0] == '\'' && text[1] == 0 ? 2 : 0;
}

static size_t cut_at(const unsigned char *text, const unsigned char *kinds, size_t t,
                     size_t n, unsigned fault)
{
    const size_t skip =
        fault & SPACE_BEFORE_ENDING && text[t] == ' ' && t + 1 < n ? 1 : 0;
    const size_t ending = ending_at(text + t + skip, n - t - skip, fault);
    if (ending > 0 &&
        !(fault & ENDING_IS_WORD && t + ending < n && kinds[t + ending] == LETTERS))
        return t + skip + ending;
    const bool front = fault & (TAB_IN_FRONT | BYTE_IN_FRONT | ALL_IN_FRONT)
                           ? kinds[t] == SPACES
                       : fault & SPACE_ALONE ? false
                                             : text[t] == ' ';
    size_t k = t + 1;
    while (front && k < n && !(fault & BYTE_IN_FRONT) &&
           (kinds[k] == RESTS || (fault & ALL_IN_FRONT && kinds[k] == SPACES)))
        k++;
    if (!(front && k < n && kinds[k] != SPACES && kinds[k] != RESTS))
        k = t;
    size_t end = k + 1, last = k;
    for (; end < n; end++) {
        const bool more =
            kinds[end] == kinds[k] || kinds[end] == RESTS ||
            (fault & LETTERS_AND_NUMBERS && kinds[k] == LETTERS && kinds[end] == NUMBERS);
        if (!more || (fault & REST_ENDS_WORD && kinds[end] == RESTS))
            break;
        if (fault & ENDING_IN_RUN && kinds[k] == OTHERS &&
            ending_at(text + end, n - end, fault) > 0)
            break;
        if (kinds[end] != RESTS || fault & GIVES_BACK_A_BYTE)
            last = end;
    }
    const bool gives_back = kinds[k] == SPACES && !(fault & NO_GIVING_BACK) && last > t &&
                            (end < n || fault & END_GIVES_BACK);
    size_t second = t + 1;
    while (second < end && kinds[second] == RESTS)
        second++;
    if (gives_back && fault & LONE_IS_KEPT && second == end)
        return end;
    if (gives_back && fault & LAST_IS_TWO && text[last] != ' ')
        return end;
    return gives_back ? last : end;
}

static bool cut_with_fault(size_t *ends, size_t *n_words, const unsigned char *text,
                           const unsigned char *kinds, size_t n, unsigned fault)
{
    if (n > 0 && kinds[0] == RESTS && !(fault & (NO_CHECK | REST_FIRST_IS_GOOD)))
        return false;
    for (size_t t = 0; t < n && !(fault & (NO_CHECK | CHECKS_AS_IT_GOES)); t++)
        if (kinds[t] > RESTS)
            return false;
    size_t n_cut = 0;
    for (size_t t = 0; t < n; n_cut++) {
        if (fault & CHECKS_AS_IT_GOES && kinds[t] > RESTS)
            return false;
        t = ends[n_cut] = cut_at(text, kinds, t, n, fault);
    }
    *n_words = n_cut;
    return true;
}

#define CUT_FAULT(name, fault)                                                           \
    bool name(size_t *ends, size_t *n_words, const unsigned char *text,                  \
              const unsigned char *kinds, size_t n_bytes)                                \
    {                                                                                    \
        return cut_with_fault(ends, n_words, text, kinds, n_bytes, fault);               \
    }

WRONG(pre_tokenize, worked_example, cut_without_giving_back,
      "A run of white space before a word gives its last character back, whatever it is.")
CUT_FAULT(cut_without_giving_back, NO_GIVING_BACK)

WRONG(pre_tokenize, random_texts, cut_space_alone,
      "A single space belongs to the word behind it, and is no word of its own.")
CUT_FAULT(cut_space_alone, SPACE_ALONE)

WRONG(pre_tokenize, white_space, cut_tab_in_front,
      "Only the space, byte 32, goes to the word behind it; other white space does not.")
CUT_FAULT(cut_tab_in_front, TAB_IN_FRONT)

WRONG(pre_tokenize, white_space, cut_byte_in_front,
      "Only the space, byte 32, goes to the word behind it; other white space does not.")
CUT_FAULT(cut_byte_in_front, BYTE_IN_FRONT)

WRONG(pre_tokenize, worked_example, cut_run_in_front,
      "Only one space goes to the word behind it: what stands before that is a word.")
CUT_FAULT(cut_run_in_front, ALL_IN_FRONT)

WRONG(pre_tokenize, white_space, cut_end_gives_back,
      "White space at the end of the text is taken whole: there is no word behind it.")
CUT_FAULT(cut_end_gives_back, END_GIVES_BACK)

WRONG(pre_tokenize, white_space, cut_gives_back_spaces_only,
      "A run of white space before a word gives its last character back, whatever it is.")
CUT_FAULT(cut_gives_back_spaces_only, LAST_IS_TWO)

WRONG(pre_tokenize, endings, cut_capital_endings,
      "The endings are written small: 'S is none.")
CUT_FAULT(cut_capital_endings, CAPITAL_ENDINGS)

WRONG(pre_tokenize, endings, cut_without_endings,
      "The seven endings ('s 't 're 've 'm 'll 'd) come first, also if letters follow.")
CUT_FAULT(cut_without_endings, NO_ENDINGS)

WRONG(pre_tokenize, endings, cut_space_before_ending,
      "An ending has no space in front: the space and the apostrophe are a word.")
CUT_FAULT(cut_space_before_ending, SPACE_BEFORE_ENDING)

WRONG(pre_tokenize, endings, cut_ending_in_a_run,
      "A run of other characters takes an apostrophe with it, whatever stands behind.")
CUT_FAULT(cut_ending_in_a_run, ENDING_IN_RUN)

WRONG(pre_tokenize, endings, cut_ending_must_end,
      "The seven endings ('s 't 're 've 'm 'll 'd) come first, also if letters follow.")
CUT_FAULT(cut_ending_must_end, ENDING_IS_WORD)

WRONG(pre_tokenize, long_characters, cut_inside_characters,
      "A byte of the kind REST belongs to the character before it: no word ends there.")
CUT_FAULT(cut_inside_characters, REST_ENDS_WORD)

WRONG(pre_tokenize, long_characters, cut_gives_back_a_byte,
      "The run gives back its last character, which may have several bytes.")
CUT_FAULT(cut_gives_back_a_byte, GIVES_BACK_A_BYTE)

WRONG(pre_tokenize, long_characters, cut_keeps_a_lone_one,
      "The run gives back its last character, which may have several bytes.")
CUT_FAULT(cut_keeps_a_lone_one, GIVES_BACK_A_BYTE | LONE_IS_KEPT)

WRONG(pre_tokenize, random_texts, cut_letters_with_numbers,
      "Letters and numbers are two kinds, and stand in different words.")
CUT_FAULT(cut_letters_with_numbers, LETTERS_AND_NUMBERS)

WRONG(pre_tokenize, endings, cut_at_a_zero,
      "strchr finds the 0 at a string's end too: the byte 0 makes no ending.")
CUT_FAULT(cut_at_a_zero, ZERO_ENDING)

CAUGHT(pre_tokenize, refuses_bad_kinds, cut_checks_nothing, "must return false here")
CUT_FAULT(cut_checks_nothing, NO_CHECK)

CAUGHT(pre_tokenize, refuses_bad_kinds, cut_checks_as_it_goes, "kind")
CUT_FAULT(cut_checks_as_it_goes, CHECKS_AS_IT_GOES)

CAUGHT(pre_tokenize, refuses_bad_kinds, cut_begins_with_rest, "the first kind is REST")
CUT_FAULT(cut_begins_with_rest, REST_FIRST_IS_GOOD)

CAUGHT(pre_tokenize, large_texts, cut_one_space_at_a_time, "proportion")
bool cut_one_space_at_a_time(size_t *ends, size_t *n_words, const unsigned char *text,
                             const unsigned char *kinds, size_t n_bytes)
{
    volatile size_t looked = 0;
    for (size_t t = 0; t < n_bytes; t++) // how long is the run, asked at each place of it
        for (size_t k = t; k < n_bytes && kinds[k] == kinds[t]; k++)
            looked++;
    return cut_with_fault(ends, n_words, text, kinds, n_bytes, 0);
}

CAUGHT(pre_tokenize, stays_in_bounds, cut_reads_too_far, "past the end of")
bool cut_reads_too_far(size_t *ends, size_t *n_words, const unsigned char *text,
                       const unsigned char *kinds, size_t n_bytes)
{
    const volatile unsigned char *bytes = text;
    size_t n = 0;
    for (size_t t = 0; t < n_bytes; t++)
        n += bytes[t] == '\'' && (bytes[t + 1] == 's' || bytes[t + 2] == 'l');
    return cut_with_fault(ends, n_words, text, kinds, n_bytes, n > n_bytes ? 1 : 0);
}

WRONG(pre_tokenize, endings, cut_no_long_ending_last,
      "An ending of three bytes is not seen at the very end of the text.")
bool cut_no_long_ending_last(size_t *ends, size_t *n_words, const unsigned char *text,
                             const unsigned char *kinds, size_t n_bytes)
{
    const bool good = pre_tokenize(ends, n_words, text, kinds, n_bytes);
    const size_t n = good ? *n_words : 0, from = n > 1 ? ends[n - 2] : 0;
    if (n > 0 && n_bytes - from == 3 && text[from] == '\'' &&
        kinds[from + 1] == LETTERS) {
        ends[n - 1] = from + 1;
        ends[n] = n_bytes;
        ++*n_words;
    }
    return good;
}

WRONG(pre_tokenize, endings, cut_printed_apostrophe,
      "The printed apostrophe begins an ending here: only the byte ' does.")
bool cut_printed_apostrophe(size_t *ends, size_t *n_words, const unsigned char *text,
                            const unsigned char *kinds, size_t n_bytes)
{
    const bool good = pre_tokenize(ends, n_words, text, kinds, n_bytes);
    for (size_t w = 0; good && w + 1 < *n_words; w++) {
        const size_t from = w > 0 ? ends[w - 1] : 0;
        if (ends[w] - from != 3 || memcmp(text + from, "\xE2\x80\x99", 3) != 0 ||
            ends[w + 1] - ends[w] != 1 || strchr("stmd", text[ends[w]]) == NULL)
            continue;
        for (size_t k = w; k + 1 < *n_words; k++)
            ends[k] = ends[k + 1];
        --*n_words;
    }
    return good;
}

CAUGHT(pre_tokenize, refuses_bad_kinds, cut_one_rest, "must return false")
bool cut_one_rest(size_t *ends, size_t *n_words, const unsigned char *text,
                  const unsigned char *kinds, size_t n_bytes)
{
    if (n_bytes == 1 && kinds[0] <= RESTS) {
        ends[0] = *n_words = 1;
        return true;
    }
    return pre_tokenize(ends, n_words, text, kinds, n_bytes);
}

// ----------------------------------------------------------------------- 11.4 bpe_encode

enum join_fault {
    LEFTMOST = 1,
    LAST_OF_THE_SAME = 2,
    LARGEST = 4,
    ONE_PASS = 8,
    LINEAR_TABLE = 16,
    SIGNED_IDS = 32,
    STOPS_EARLY = 64,
    KEY_IN_32 = 128,
    OFFSET_IS_MERGE = 256,
    FIRST_ONLY = 512,
    ROOM_FOR_MANY = 1024,
    STALE_OFFERS = 2048,
    ANY_PLACE = 4096,
    HEAP_OF_N = 8192
};

// what a pair becomes, or -1
static int64_t becomes(uint32_t left, uint32_t right, const uint64_t *keys,
                       const uint32_t *made, size_t n, unsigned fault)
{
    const uint64_t key =
        fault & KEY_IN_32 ? (uint32_t)(left << 16 | right) : (uint64_t)left << 32 | right;
    size_t from = 0, to = n;
    while (fault & LINEAR_TABLE && from < n && keys[from] != key)
        from++;
    while (!(fault & LINEAR_TABLE) && from < to) {
        const size_t middle = (from + to) / 2;
        const uint64_t there =
            fault & KEY_IN_32
                ? (uint32_t)((keys[middle] >> 32) << 16 | (uint32_t)keys[middle])
                : keys[middle];
        if (there < key)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == n ||
        (fault & KEY_IN_32 ? (uint32_t)((keys[from] >> 32) << 16 | (uint32_t)keys[from])
                           : keys[from]) != key)
        return -1;
    return fault & SIGNED_IDS ? (int64_t)(int32_t)made[from] : (int64_t)made[from];
}

// All pairs are looked at before each join. No mistake is known by what it makes of a long
// word, which would take longer than the judge has for that: it is left as it is.
enum { A_LONG_WORD = 20000 };
static bool join_with_fault(uint32_t *out, size_t *n_out, const uint32_t *ids,
                            const uint64_t *keys, const uint32_t *made, size_t n_ids,
                            size_t n_merges, unsigned fault)
{
    size_t n = n_ids;
    memcpy(out, ids, n * sizeof *out);
    for (bool again = fault == 0 || n_ids <= A_LONG_WORD; again;) {
        int64_t best = -1;
        size_t at = 0;
        uint64_t first_key = UINT64_MAX;
        for (size_t t = 0; t + 1 < n; t++) {
            const uint64_t key = (uint64_t)out[t] << 32 | out[t + 1];
            const int64_t here = becomes(out[t], out[t + 1], keys, made, n_merges, fault);
            const bool better = fault & OFFSET_IS_MERGE    ? key < first_key
                                : fault & LEFTMOST         ? best < 0
                                : fault & LARGEST          ? here > best
                                : fault & LAST_OF_THE_SAME ? best < 0 || here <= best
                                                           : best < 0 || here < best;
            if (here >= 0 && better)
                best = here, at = t, first_key = key;
        }
        again = best >= 0 && !(fault & STOPS_EARLY && n == n_ids - 3);
        if (!again)
            break;
        out[at] = (uint32_t)best;
        memmove(out + at + 1, out + at + 2, (n - at - 2) * sizeof *out);
        n--;
        if (fault & ONE_PASS && n * 2 <= n_ids)
            break;
    }
    *n_out = n;
    return true;
}

#define JOIN_FAULT(name, fault)                                                          \
    bool name(uint32_t *out, size_t *n_out, const uint32_t *ids, const uint64_t *keys,   \
              const uint32_t *made, size_t n_ids, size_t n_merges)                       \
    {                                                                                    \
        return join_with_fault(out, n_out, ids, keys, made, n_ids, n_merges, fault);     \
    }

WRONG(bpe_encode, worked_example, join_largest_first,
      "The pair that makes the smallest id is joined first, wherever it stands.")
JOIN_FAULT(join_largest_first, LARGEST)

WRONG(bpe_encode, random_words, join_by_place_in_table,
      "The pair that makes the smallest id is joined first, wherever it stands.")
JOIN_FAULT(join_by_place_in_table, OFFSET_IS_MERGE)

WRONG(bpe_encode, random_words, join_leftmost_first,
      "The pair that makes the smallest id is joined first, wherever it stands.")
JOIN_FAULT(join_leftmost_first, LEFTMOST)

WRONG(bpe_encode, order_of_joins, join_last_of_the_same,
      "Where the pair stands in several places, the first one is joined first.")
JOIN_FAULT(join_last_of_the_same, LAST_OF_THE_SAME)

WRONG(bpe_encode, random_words, join_stops_after_three,
      "It stops after three joins: go on as long as there is a pair to join.")
JOIN_FAULT(join_stops_after_three, STOPS_EARLY)

WRONG(bpe_encode, wide_ids, join_signed_ids,
      "The ids are taken for signed numbers: an id may be 2147483648 or more.")
JOIN_FAULT(join_signed_ids, SIGNED_IDS)

CAUGHT(bpe_encode, long_words, join_by_looking_again, "n log n steps")
JOIN_FAULT(join_by_looking_again, 0)

CAUGHT(bpe_encode, long_words, join_in_chunks, "n_out")
bool join_in_chunks(uint32_t *out, size_t *n_out, const uint32_t *ids,
                    const uint64_t *keys, const uint32_t *made, size_t n_ids,
                    size_t n_merges)
{
    size_t n = 0, more = 0;
    for (size_t at = 0; at < n_ids; at += 65536, n += more)
        if (!bpe_encode(out + n, &more, ids + at, keys, made,
                        n_ids - at < 65536 ? n_ids - at : 65536, n_merges))
            return false;
    *n_out = n;
    return true;
}

// the longest piece that fits, from left to right
CAUGHT(bpe_encode, gpt2_examples, join_each_pair_once, "got")
bool join_each_pair_once(uint32_t *out, size_t *n_out, const uint32_t *ids,
                         const uint64_t *keys, const uint32_t *made, size_t n_ids,
                         size_t n_merges)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        out[n++] = ids[t];
        while (n > 1 && becomes(out[n - 2], out[n - 1], keys, made, n_merges, 0) >= 0) {
            out[n - 2] =
                (uint32_t)becomes(out[n - 2], out[n - 1], keys, made, n_merges, 0);
            n--;
        }
    }
    *n_out = n;
    return true;
}

WRONG(bpe_encode, gpt2_more_examples, join_one_round,
      "Each round joins what is there; the pairs that a join makes are never looked at.")
bool join_one_round(uint32_t *out, size_t *n_out, const uint32_t *ids,
                    const uint64_t *keys, const uint32_t *made, size_t n_ids,
                    size_t n_merges)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const int64_t here =
            t + 1 < n_ids ? becomes(ids[t], ids[t + 1], keys, made, n_merges, 0) : -1;
        out[n++] = here >= 0 ? (uint32_t)here : ids[t];
        t += here >= 0;
    }
    *n_out = n;
    return true;
}

CAUGHT(bpe_encode, nothing_to_join, join_refuses_no_merges, "must return true")
bool join_refuses_no_merges(uint32_t *out, size_t *n_out, const uint32_t *ids,
                            const uint64_t *keys, const uint32_t *made, size_t n_ids,
                            size_t n_merges)
{
    if (n_merges == 0)
        return false;
    return join_with_fault(out, n_out, ids, keys, made, n_ids, n_merges, 0);
}

// a heap, but the table is walked from its start
struct offers {
    int64_t makes;
    size_t at;
};

static bool comes_first(struct offers a, struct offers b, unsigned fault)
{
    return a.makes != b.makes ? a.makes < b.makes : !(fault & ANY_PLACE) && a.at < b.at;
}

static bool join_with_heap(uint32_t *out, size_t *n_out, const uint32_t *ids,
                           const uint64_t *keys, const uint32_t *made, size_t n_ids,
                           size_t n_merges, unsigned fault)
{
    struct offers *heap = malloc((3 * n_ids + 2) * sizeof *heap);
    size_t *after = malloc((n_ids + 1) * sizeof *after);
    size_t *before = malloc((n_ids + 1) * sizeof *before), n = 0, n_left = 0;
    int64_t *makes = malloc((n_ids + 1) * sizeof *makes);
    memcpy(out, ids, n_ids * sizeof *out);
    size_t fresh[2] = {0, 0}, n_fresh = 0, next = 0;
    for (size_t t = 0; t < n_ids; t++)
        after[t] = t + 1, before[t] = t - 1, makes[t] = -1;
    while (next < n_ids || n_fresh > 0 || n > 0) {
        if (next < n_ids || n_fresh > 0) {
            const size_t at = n_fresh > 0 ? fresh[--n_fresh] : next++;
            makes[at] = after[at] < n_ids ? becomes(out[at], out[after[at]], keys, made,
                                                    n_merges, fault)
                                          : -1;
            if (makes[at] < 0 || (fault & HEAP_OF_N && n == n_ids))
                continue;
            size_t k = n++;
            const struct offers o = {makes[at], at};
            for (; k > 0 && comes_first(o, heap[(k - 1) / 2], fault); k = (k - 1) / 2)
                heap[k] = heap[(k - 1) / 2];
            heap[k] = o;
            continue;
        }
        const struct offers top = heap[0], last = heap[--n];
        size_t k = 0;
        for (size_t c = 1; c < n; c = 2 * k + 1) {
            c += c + 1 < n && comes_first(heap[c + 1], heap[c], fault);
            if (!comes_first(heap[c], last, fault))
                break;
            heap[k] = heap[c], k = c;
        }
        heap[k] = last;
        const bool stands = top.at == 0 || after[before[top.at]] == top.at;
        if (fault & STALE_OFFERS ? !stands || after[top.at] >= n_ids
                                 : makes[top.at] != top.makes)
            continue;
        out[top.at] = (uint32_t)top.makes;
        makes[after[top.at]] = -1;
        after[top.at] = after[after[top.at]];
        if (after[top.at] < n_ids)
            before[after[top.at]] = top.at;
        fresh[n_fresh++] = top.at;
        if (top.at > 0)
            fresh[n_fresh++] = before[top.at];
    }
    for (size_t t = 0; t < n_ids; t = after[t])
        out[n_left++] = out[t];
    *n_out = n_left;
    free(heap), free(after), free(before), free(makes);
    return true;
}

WRONG(bpe_encode, gpt2_examples, join_takes_stale_offers,
      "An offer that an earlier join has spoilt is taken: ask whether it still holds.")
bool join_takes_stale_offers(uint32_t *out, size_t *n_out, const uint32_t *ids,
                             const uint64_t *keys, const uint32_t *made, size_t n_ids,
                             size_t n_merges)
{
    return join_with_heap(out, n_out, ids, keys, made, n_ids, n_merges, STALE_OFFERS);
}

WRONG(bpe_encode, gpt2_more_examples, join_at_any_place,
      "The heap looks at made alone: of the same pair the first place is joined first.")
bool join_at_any_place(uint32_t *out, size_t *n_out, const uint32_t *ids,
                       const uint64_t *keys, const uint32_t *made, size_t n_ids,
                       size_t n_merges)
{
    return join_with_heap(out, n_out, ids, keys, made, n_ids, n_merges, ANY_PLACE);
}

CAUGHT(bpe_encode, many_merges, join_walks_the_table, "log n steps")
bool join_walks_the_table(uint32_t *out, size_t *n_out, const uint32_t *ids,
                          const uint64_t *keys, const uint32_t *made, size_t n_ids,
                          size_t n_merges)
{
    return join_with_heap(out, n_out, ids, keys, made, n_ids, n_merges, LINEAR_TABLE);
}

CAUGHT(bpe_encode, stays_in_bounds, join_looks_behind, "past the end of")
bool join_looks_behind(uint32_t *out, size_t *n_out, const uint32_t *ids,
                       const uint64_t *keys, const uint32_t *made, size_t n_ids,
                       size_t n_merges)
{
    const volatile uint32_t *all = ids;
    if (all[n_ids] == 0x12345)
        return false;
    return join_with_heap(out, n_out, ids, keys, made, n_ids, n_merges, 0);
}

CAUGHT(bpe_encode, random_words, join_remembers, "keeps something from call to call")
bool join_remembers(uint32_t *out, size_t *n_out, const uint32_t *ids,
                    const uint64_t *keys, const uint32_t *made, size_t n_ids,
                    size_t n_merges)
{
    static uint32_t word[64], joined[64];
    static size_t n_word, n_joined;
    if (n_ids > 0 && n_ids == n_word && memcmp(word, ids, n_ids * sizeof *ids) == 0) {
        memcpy(out, joined, n_joined * sizeof *out);
        *n_out = n_joined;
        return true;
    }
    const bool good = bpe_encode(out, n_out, ids, keys, made, n_ids, n_merges);
    if (good && n_ids <= 64 && n_ids > 0) {
        memcpy(word, ids, (n_word = n_ids) * sizeof *ids);
        memcpy(joined, out, (n_joined = *n_out) * sizeof *out);
    }
    return good;
}

// ----------------------------------------------------------------------- 11.5 bpe_decode

enum {
    FROM_ONE = 1,
    TO_A_ZERO = 2,
    UNCHECKED = 4,
    ROOM_LESS_ONE = 8,
    HALFWAY = 16,
    NO_ROOM_CHECK = 32,
    SKIPS_EMPTY = 64,
    SMALL_VOCAB = 128,
    KEEPS_LAST = 256
};

static bool decode_with_fault(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                              const unsigned char *pieces, const size_t *starts,
                              size_t n_ids, size_t vocab_size, size_t room,
                              unsigned fault)
{
    size_t length = 0, n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        if (ids[t] >= vocab_size && !(fault & (UNCHECKED | HALFWAY)) &&
            !(fault & SMALL_VOCAB && ids[t] == vocab_size))
            return false;
        if (ids[t] <= vocab_size && !(fault & HALFWAY))
            length += starts[ids[t] + (size_t)1] - starts[ids[t]];
    }
    if (!(fault & (NO_ROOM_CHECK | HALFWAY)) &&
        (fault & ROOM_LESS_ONE ? length + 1 > room && length > 0 : length > room))
        return false;
    for (size_t t = 0; t < n_ids; t++) {
        if (fault & HALFWAY && ids[t] >= vocab_size)
            return false;
        if (ids[t] > vocab_size)
            continue;
        const size_t from = starts[ids[t]], to = starts[ids[t] + (size_t)1];
        for (size_t k = from + (fault & FROM_ONE ? 1 : 0); k < to; k++) {
            if (fault & HALFWAY && n == room)
                return false;
            if (fault & TO_A_ZERO && pieces[k] == 0)
                break;
            text[n++] = pieces[k];
        }
    }
    *n_bytes = n;
    return true;
}

#define DECODE_FAULT(name, fault)                                                        \
    bool name(unsigned char *text, size_t *n_bytes, const uint32_t *ids,                 \
              const unsigned char *pieces, const size_t *starts, size_t n_ids,           \
              size_t vocab_size, size_t room)                                            \
    {                                                                                    \
        return decode_with_fault(text, n_bytes, ids, pieces, starts, n_ids, vocab_size,  \
                                 room, fault);                                           \
    }

WRONG(bpe_decode, random_ids, decode_from_one,
      "The first byte of each piece is lost: it begins at starts[v].")
DECODE_FAULT(decode_from_one, FROM_ONE)

WRONG(bpe_decode, every_byte, decode_to_a_zero,
      "A byte of value 0 ends the piece: pieces are no strings.")
DECODE_FAULT(decode_to_a_zero, TO_A_ZERO)

CAUGHT(bpe_decode, refuses_bad_ids, decode_unchecked, "must return false here")
DECODE_FAULT(decode_unchecked, UNCHECKED)

CAUGHT(bpe_decode, refuses_bad_ids, decode_one_id_too_many, "is vocab_size")
DECODE_FAULT(decode_one_id_too_many, SMALL_VOCAB)

CAUGHT(bpe_decode, refuses_bad_ids, decode_halfway, "must stay untouched")
DECODE_FAULT(decode_halfway, HALFWAY)

CAUGHT(bpe_decode, refuses_small_room, decode_without_room, "must return false here")
DECODE_FAULT(decode_without_room, NO_ROOM_CHECK)

CAUGHT(bpe_decode, worked_example, decode_room_for_a_zero, "must return true")
DECODE_FAULT(decode_room_for_a_zero, ROOM_LESS_ONE)

CAUGHT(bpe_decode, empty_pieces, decode_refuses_empty, "must return true")
bool decode_refuses_empty(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                          const unsigned char *pieces, const size_t *starts, size_t n_ids,
                          size_t vocab_size, size_t room)
{
    for (size_t t = 0; t < n_ids; t++)
        if (ids[t] < vocab_size && starts[ids[t] + 1] == starts[ids[t]])
            return false;
    return n_ids > 0 && decode_with_fault(text, n_bytes, ids, pieces, starts, n_ids,
                                          vocab_size, room, 0);
}

CAUGHT(bpe_decode, large_sizes, decode_short_pieces, "got")
bool decode_short_pieces(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                         const unsigned char *pieces, const size_t *starts, size_t n_ids,
                         size_t vocab_size, size_t room)
{
    size_t n = 0;
    if (!decode_with_fault(text, &n, ids, pieces, starts, n_ids, vocab_size, room, 0))
        return false;
    *n_bytes = (uint16_t)n;
    return true;
}

CAUGHT(bpe_decode, stays_in_bounds, decode_ends_with_zero, "past the end of")
bool decode_ends_with_zero(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                           const unsigned char *pieces, const size_t *starts,
                           size_t n_ids, size_t vocab_size, size_t room)
{
    if (!decode_with_fault(text, n_bytes, ids, pieces, starts, n_ids, vocab_size, room,
                           0))
        return false;
    text[*n_bytes] = 0;
    return true;
}

CAUGHT(bpe_decode, refuses_small_room, decode_in_32_bits, "bpe_decode")
bool decode_in_32_bits(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                       const unsigned char *pieces, const size_t *starts, size_t n_ids,
                       size_t vocab_size, size_t room)
{
    uint32_t sum = 0;
    for (size_t t = 0; t < n_ids; t++) {
        if (ids[t] >= vocab_size)
            return false;
        sum += (uint32_t)(starts[ids[t] + 1] - starts[ids[t]]);
    }
    if (sum > room)
        return false;
    *n_bytes = sum;
    for (size_t t = 0; t < n_ids; t++)
        for (size_t k = starts[ids[t]]; k < starts[ids[t] + 1]; k++)
            *text++ = pieces[k];
    return true;
}

WRONG(bpe_decode, random_ids, decode_from_the_first,
      "The first piece is taken to begin at byte 0 of pieces: it begins at starts[0].")
bool decode_from_the_first(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                           const unsigned char *pieces, const size_t *starts,
                           size_t n_ids, size_t vocab_size, size_t room)
{
    const size_t first = starts[0];
    size_t *moved = malloc((vocab_size + 1) * sizeof *moved);
    for (size_t v = 0; v <= vocab_size; v++)
        moved[v] = starts[v] - first;
    const bool good =
        bpe_decode(text, n_bytes, ids, pieces, moved, n_ids, vocab_size, room);
    free(moved);
    return good;
}

CAUGHT(bpe_decode, empty_pieces, decode_needs_room, "must return true")
bool decode_needs_room(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                       const unsigned char *pieces, const size_t *starts, size_t n_ids,
                       size_t vocab_size, size_t room)
{
    return room > 0 &&
           bpe_decode(text, n_bytes, ids, pieces, starts, n_ids, vocab_size, room);
}

CAUGHT(bpe_decode, empty_pieces, decode_without_pieces, "must return true")
bool decode_without_pieces(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                           const unsigned char *pieces, const size_t *starts,
                           size_t n_ids, size_t vocab_size, size_t room)
{
    return vocab_size > 0 &&
           bpe_decode(text, n_bytes, ids, pieces, starts, n_ids, vocab_size, room);
}

CAUGHT(pre_tokenize, random_texts, cut_by_the_bytes, "got")
bool cut_by_the_bytes(size_t *ends, size_t *n_words, const unsigned char *text,
                      const unsigned char *kinds, size_t n_bytes)
{
    unsigned char *own = malloc(n_bytes + 1); // what UTF-8 says of a byte, not `kinds`
    for (size_t t = 0; t < n_bytes; t++)
        own[t] = t > 0 && kinds[t] <= 4 && (text[t] & 0xC0) == 0x80 ? 4 : kinds[t];
    const bool good = pre_tokenize(ends, n_words, text, own, n_bytes);
    free(own);
    return good;
}

WRONG(bpe_encode, worked_example, join_last_key_lost,
      "A pair that stands first or last among the keys is never found.")
bool join_last_key_lost(uint32_t *out, size_t *n_out, const uint32_t *ids,
                        const uint64_t *keys, const uint32_t *made, size_t n_ids,
                        size_t n_merges)
{
    return join_with_fault(out, n_out, ids, keys, made, n_ids,
                           n_merges > 0 ? n_merges - 1 : 0, 0);
}

WRONG(bpe_encode, worked_example, join_first_key_lost,
      "A pair that stands first or last among the keys is never found.")
bool join_first_key_lost(uint32_t *out, size_t *n_out, const uint32_t *ids,
                         const uint64_t *keys, const uint32_t *made, size_t n_ids,
                         size_t n_merges)
{
    const size_t first = n_merges > 0;
    return join_with_fault(out, n_out, ids, keys + first, made + first, n_ids,
                           n_merges - first, 0);
}

WRONG(bpe_encode, order_of_joins, join_heap_of_n,
      "Offers are lost: there may be more of them at a time than ids.")
bool join_heap_of_n(uint32_t *out, size_t *n_out, const uint32_t *ids,
                    const uint64_t *keys, const uint32_t *made, size_t n_ids,
                    size_t n_merges)
{
    return join_with_heap(out, n_out, ids, keys, made, n_ids, n_merges, HEAP_OF_N);
}

CAUGHT(bpe_decode, large_sizes, decode_counts_in_16_bits, "got")
bool decode_counts_in_16_bits(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                              const unsigned char *pieces, const size_t *starts,
                              size_t n_ids, size_t vocab_size, size_t room)
{
    return bpe_decode(text, n_bytes, ids, pieces, starts, (uint16_t)n_ids, vocab_size,
                      room);
}

CAUGHT(bpe_decode, refuses_bad_ids, decode_no_room_no_checks, "must return false")
bool decode_no_room_no_checks(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                              const unsigned char *pieces, const size_t *starts,
                              size_t n_ids, size_t vocab_size, size_t room)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++)
        n += ids[t] < vocab_size ? starts[ids[t] + (size_t)1] - starts[ids[t]] : 0;
    if (room > 0 || n > 0)
        return bpe_decode(text, n_bytes, ids, pieces, starts, n_ids, vocab_size, room);
    *n_bytes = 0;
    return true;
}

struct place_of_pair {
    uint32_t left, right;
    uint64_t count;
    size_t at;
};

static int subtract_pairs(const void *a, const void *b)
{
    const struct place_of_pair *x = a, *y = b;
    return x->left != y->left     ? (int)(x->left - y->left)
           : x->right != y->right ? (int)(x->right - y->right)
                                  : (x->at > y->at) - (x->at < y->at);
}

WRONG(most_frequent_pair, wide_numbers, pair_sorted_by_subtraction,
      "The pairs are sorted by a difference of ids, which is no int: compare with <.")
bool pair_sorted_by_subtraction(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                                const size_t *lengths, const uint64_t *counts,
                                size_t n_words)
{
    size_t n = 0, at = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    struct place_of_pair *all = malloc((n + 1) * sizeof *all), best = {0};
    n = 0;
    for (size_t w = 0; w < n_words; at += lengths[w++])
        for (size_t k = 1; k < lengths[w]; k++)
            if (counts[w] > 0)
                all[n++] = (struct place_of_pair){ids[at + k - 1], ids[at + k], counts[w],
                                                  at + k};
    qsort(all, n, sizeof *all, subtract_pairs);
    for (size_t k = 0, next; k < n; k = next) {
        struct place_of_pair sum = all[k];
        for (next = k + 1;
             next < n && all[next].left == sum.left && all[next].right == sum.right;
             next++)
            sum.count += all[next].count;
        if (sum.count > best.count || (sum.count == best.count && sum.at < best.at))
            best = sum;
    }
    free(all);
    if (n == 0)
        return false;
    pair[0] = best.left, pair[1] = best.right, *count = best.count;
    return true;
}

CAUGHT(most_frequent_pair, large_texts, places_of_16_bits, "got")
bool places_of_16_bits(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                       const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    if (n_words != 1 || lengths[0] < 131000 || counts[0] == 0)
        return most_frequent_pair(pair, count, ids, lengths, counts, n_words);
    // begun at 65,536, for there the places count from 0 again
    if (!most_frequent_pair(pair, count, ids, lengths, counts, n_words) || *count != 6)
        return *count > 0;
    pair[0] = ids[131073], pair[1] = ids[131074];
    return true;
}

CAUGHT(merge_pair, large_words, last_pair_of_a_block, "n_out")
bool last_pair_of_a_block(uint32_t *out, size_t *n_out, const uint32_t *ids,
                          uint32_t left, uint32_t right, uint32_t merged, size_t n_ids)
{
    if (n_ids == 0 || n_ids % 16 != 0)
        return merge_pair(out, n_out, ids, left, right, merged, n_ids);
    merge_pair(out, n_out, ids, left, right, merged, n_ids - 1);
    out[(*n_out)++] = ids[n_ids - 1];
    return true;
}

WRONG(pre_tokenize, endings, large_endings,
      "'RE, 'VE or 'LL is taken for an ending: the pattern asks for small letters.")
bool large_endings(size_t *ends, size_t *n_words, const unsigned char *text,
                   const unsigned char *kinds, size_t n_bytes)
{
    unsigned char *small = calloc(n_bytes + 1, 1);
    for (size_t t = 0; t < n_bytes; t++)
        small[t] = text[t] == 'R' || text[t] == 'E' || text[t] == 'V' || text[t] == 'L'
                       ? (unsigned char)(text[t] | 32)
                       : text[t];
    const bool good = pre_tokenize(ends, n_words, small, kinds, n_bytes);
    free(small);
    return good;
}

WRONG(pre_tokenize, white_space, upper_half_is_a_space,
      "The byte 160 is taken for a space in front: only the byte 32 is.")
bool upper_half_is_a_space(size_t *ends, size_t *n_words, const unsigned char *text,
                           const unsigned char *kinds, size_t n_bytes)
{
    if (!pre_tokenize(ends, n_words, text, kinds, n_bytes))
        return false;
    size_t n = 0;
    for (size_t w = 0, from = 0; w < *n_words; from = ends[w++]) {
        const bool is_alone =
            ends[w] == from + 1 && text[from] == 0xA0 && kinds[from] == 0;
        if (!is_alone || w + 1 == *n_words || kinds[ends[w]] == 3)
            ends[n++] = ends[w];
    }
    *n_words = n;
    return true;
}

CAUGHT(pre_tokenize, large_texts, words_of_16_bits, "n_words")
bool words_of_16_bits(size_t *ends, size_t *n_words, const unsigned char *text,
                      const unsigned char *kinds, size_t n_bytes)
{
    if (!pre_tokenize(ends, n_words, text, kinds, n_bytes))
        return false;
    *n_words = *n_words > 65536 ? 65536 : *n_words;
    return true;
}
