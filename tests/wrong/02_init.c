// Wrong answers to the exercises of chapter 2, each as somebody really writes it: see
// judge/answers.h. What several of them have in common stands in front of them.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t mixture(uint32_t here, uint32_t after)
{
    return (here & 0x80000000u) | (after & 0x7fffffffu);
}

static uint32_t halved(uint32_t mixed)
{
    return mixed >> 1 ^ (mixed & 1 ? 0x9908b0dfu : 0);
}

static void stir(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] =
            state[(k + 397) % 624] ^ halved(mixture(state[k], state[(k + 1) % 624]));
}

static uint32_t temper(uint32_t y)
{
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ y >> 18;
}

static float fraction(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777216.0f;
}

static double fraction_53(const uint32_t *w)
{
    const uint64_t both = (uint64_t)w[0] << 32 | w[1];
    return (double)(both & (((uint64_t)1 << 53) - 1)) / 9007199254740992.0;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static double cosine(const float *a, const float *b, size_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return lengths > 0 ? dot(a, b, n) / lengths : 0;
}

// ----------------------------------------------------------------------- 2.1 mt19937_next

typedef void stir_function(uint32_t *state);
typedef uint32_t temper_function(uint32_t y);

// A good mt19937_next but for its two halves.
static bool next_with(stir_function *stirs, temper_function *tempers, uint32_t *word,
                      uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stirs(state);
        *next = 0;
    }
    *word = tempers(state[(*next)++]);
    return true;
}

static uint32_t temper_nothing(uint32_t y)
{
    return y;
}

WRONG(mt19937_next, any_seed, next_not_tempered,
      "These words are not tempered: the four lines y ^= ... are missing.")
bool next_not_tempered(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_nothing, word, state, next);
}

WRONG(mt19937_next, first_words, next_not_stirred,
      "The state as it came from the seed was handed out: when *next is 624, stir "
      "first.")
bool next_not_stirred(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}

static void stir_bits_exchanged(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] =
            state[(k + 397) % 624] ^ halved(mixture(state[(k + 1) % 624], state[k]));
}

WRONG(mt19937_next, first_words, next_bits_exchanged,
      "The mixture is made of the wrong parts: the top bit is that of s[k], the other "
      "31 are those of s[k + 1].")
bool next_bits_exchanged(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_bits_exchanged, temper, word, state, next);
}

static void stir_when_even(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++) {
        const uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
        state[k] = state[(k + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 ? 0 : 0x9908b0dfu);
    }
}

WRONG(mt19937_next, first_words, next_constant_when_even,
      "9908b0df comes in when the bit that falls out is a 1, not when it is a 0.")
bool next_constant_when_even(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_when_even, temper, word, state, next);
}

static void stir_bit_too_late(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++) {
        uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
        mixed >>= 1; // and now the bit that fell out is gone
        state[k] = state[(k + 397) % 624] ^ mixed ^ (mixed & 1 ? 0x9908b0dfu : 0);
    }
}

WRONG(mt19937_next, first_words, next_bit_looked_at_too_late,
      "The bit that falls out was looked for after the shift, when it is gone: look at "
      "the mixture first.")
bool next_bit_looked_at_too_late(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_bit_too_late, temper, word, state, next);
}

static void stir_odd_word(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] = state[(k + 397) % 624] ^ mixture(state[k], state[(k + 1) % 624]) >> 1 ^
                   (state[k] & 1 ? 0x9908b0dfu : 0);
}

WRONG(mt19937_next, first_words, next_odd_word,
      "The bit that falls out is the last bit of the mixture, not that of s[k].")
bool next_odd_word(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_odd_word, temper, word, state, next);
}

static void stir_top_bit(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++) {
        const uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
        state[k] = state[(k + 397) % 624] ^ mixed >> 1 ^ (mixed >> 31 ? 0x9908b0dfu : 0);
    }
}

WRONG(mt19937_next, first_words, next_top_bit,
      "9908b0df comes in when the lowest bit of the mixture is a 1, the one that falls "
      "out, not when its top bit is.")
bool next_top_bit(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_top_bit, temper, word, state, next);
}

static void stir_without_constant(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] = state[(k + 397) % 624] ^ mixture(state[k], state[(k + 1) % 624]) >> 1;
}

WRONG(mt19937_next, first_words, next_constant_never,
      "9908b0df never comes in: it does when the bit that falls out is a 1.")
bool next_constant_never(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_without_constant, temper, word, state, next);
}

static void stir_always_constant(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] = state[(k + 397) % 624] ^ mixture(state[k], state[(k + 1) % 624]) >> 1 ^
                   0x9908b0dfu;
}

WRONG(mt19937_next, first_words, next_constant_always,
      "9908b0df comes in only when the bit that falls out is a 1.")
bool next_constant_always(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_always_constant, temper, word, state, next);
}

static void stir_ahead(uint32_t *state, size_t ahead)
{
    for (size_t k = 0; k < 624; k++)
        state[k] =
            state[(k + ahead) % 624] ^ halved(mixture(state[k], state[(k + 1) % 624]));
}

static void stir_396(uint32_t *state)
{
    stir_ahead(state, 396);
}

WRONG(mt19937_next, first_words, next_off_by_one,
      "The word ahead is s[k + 397], not s[k + 396].")
bool next_off_by_one(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_396, temper, word, state, next);
}

static void stir_398(uint32_t *state)
{
    stir_ahead(state, 398);
}

WRONG(mt19937_next, first_words, next_one_too_far,
      "The word ahead is s[k + 397], not s[k + 398].")
bool next_one_too_far(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_398, temper, word, state, next);
}

static void stir_from_a_copy(uint32_t *state)
{
    uint32_t old[624];
    memcpy(old, state, sizeof old);
    for (size_t k = 0; k < 624; k++)
        state[k] = old[(k + 397) % 624] ^ halved(mixture(old[k], old[(k + 1) % 624]));
}

WRONG(mt19937_next, long_stream, next_from_a_copy,
      "The state is stirred in place: from k = 227 on, s[k + 397 - 624] is a new word "
      "already, and so is s[0] for k = 623.")
bool next_from_a_copy(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_from_a_copy, temper, word, state, next);
}

static void stir_old_first(uint32_t *state)
{
    const uint32_t first = state[0];
    stir_ahead(state, 397);
    state[623] ^= halved(mixture(0, state[0])) ^ halved(mixture(0, first));
}

WRONG(mt19937_next, long_stream, next_old_first,
      "The neighbour of s[623] is s[0] as it is by then: stirred already.")
bool next_old_first(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_old_first, temper, word, state, next);
}

static void stir_all_but_last(uint32_t *state)
{
    for (size_t k = 0; k < 623; k++)
        state[k] = state[(k + 397) % 624] ^ halved(mixture(state[k], state[k + 1]));
}

WRONG(mt19937_next, long_stream, next_last_not_stirred,
      "The last word of the state, s[623], is not stirred: its neighbour is s[0].")
bool next_last_not_stirred(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_all_but_last, temper, word, state, next);
}

static void stir_round_623(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] =
            state[(k + 397) % 623] ^ halved(mixture(state[k], state[(k + 1) % 624]));
}

WRONG(mt19937_next, long_stream, next_round_623,
      "There are 624 words: k + 397 becomes k + 397 - 624 past the end, not - 623.")
bool next_round_623(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_round_623, temper, word, state, next);
}

WRONG(mt19937_next, long_stream, next_keeps_tempered,
      "The first 624 words are right and then they are not: tempering must work on a "
      "copy and leave the state alone.")
bool next_keeps_tempered(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    state[*next] = temper(state[*next]);
    *word = state[(*next)++];
    return true;
}

WRONG(mt19937_next, long_stream, next_stirs_early,
      "The state is stirred a word too early: s[623] has to be handed out too.")
bool next_stirs_early(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next >= 623) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_stirs_each_time,
      "The state is stirred at every call: stir only when all 624 words have been "
      "handed out.")
bool next_stirs_each_time(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    stir(state);
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, long_stream, next_stirs_once,
      "From word 624 on the old words come again: stir whenever *next is 624, not just "
      "once.")
bool next_stirs_once(uint32_t *word, uint32_t *state, size_t *next)
{
    static bool is_stirred;
    if (*next > 624)
        return false;
    if (!is_stirred)
        stir(state);
    is_stirred = true;
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}

static uint32_t temper_masks_exchanged(uint32_t y)
{
    y ^= y >> 11;
    y ^= (y << 7) & 0xefc60000u;
    y ^= (y << 15) & 0x9d2c5680u;
    return y ^ y >> 18;
}

WRONG(mt19937_next, first_words, next_masks_exchanged,
      "The two masks of the tempering are exchanged: 9d2c5680 goes with << 7, efc60000 "
      "with << 15.")
bool next_masks_exchanged(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_masks_exchanged, word, state, next);
}

static uint32_t temper_shifts_exchanged(uint32_t y)
{
    y ^= y >> 18;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ y >> 11;
}

WRONG(mt19937_next, first_words, next_shifts_exchanged,
      "Tempering shifts by 11, 7, 15, 18, in this order.")
bool next_shifts_exchanged(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_shifts_exchanged, word, state, next);
}

static uint32_t temper_without_masks(uint32_t y)
{
    y ^= y >> 11;
    y ^= y << 7;
    y ^= y << 15;
    return y ^ y >> 18;
}

WRONG(mt19937_next, first_words, next_without_masks,
      "The masks of the tempering are missing: & 9d2c5680 and & efc60000.")
bool next_without_masks(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_without_masks, word, state, next);
}

static uint32_t temper_from_one_copy(uint32_t y)
{
    return y ^ y >> 11 ^ ((y << 7) & 0x9d2c5680u) ^ ((y << 15) & 0xefc60000u) ^ y >> 18;
}

WRONG(mt19937_next, first_words, next_all_at_once,
      "Each line of the tempering works on what the line before it left.")
bool next_all_at_once(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_from_one_copy, word, state, next);
}

static uint32_t temper_signed(uint32_t y)
{
    y ^= (uint32_t)((int32_t)y >> 11);
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (uint32_t)((int32_t)y >> 18);
}

WRONG(mt19937_next, first_words, next_signed_shifts,
      "A signed number was shifted right, and its sign came in from the left: use "
      "uint32_t.")
bool next_signed_shifts(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_signed, word, state, next);
}

WRONG(mt19937_next, first_words, next_stands_still,
      "It is the same word every time: count *next up.")
bool next_stands_still(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[*next]);
    return true;
}

WRONG(mt19937_next, by_turns, next_with_own_state,
      "It goes on with the state of another generator: all that it knows belongs into "
      "state and *next.")
bool next_with_own_state(uint32_t *word, uint32_t *state, size_t *next)
{
    static uint32_t own[624];
    static bool is_copied;
    if (*next > 624)
        return false;
    if (!is_copied)
        memcpy(own, state, sizeof own);
    is_copied = true;
    return next_with(stir, temper, word, own, next);
}

WRONG(mt19937_next, by_turns, next_tempers_ahead,
      "It goes on with the words of another generator: all that it knows belongs into "
      "state and *next.")
bool next_tempers_ahead(uint32_t *word, uint32_t *state, size_t *next)
{
    static uint32_t words[624];
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        for (size_t k = 0; k < 624; k++)
            words[k] = temper(state[k]);
        *next = 0;
    }
    *word = words[(*next)++];
    return true;
}

// All digits of a word are told: 2.99131e+09 cannot be held against anything.
CAUGHT(mt19937_next, first_words, next_one_more, "got 2991312383, wanted 2991312382")
bool next_one_more(uint32_t *word, uint32_t *state, size_t *next)
{
    if (!mt19937_next(word, state, next))
        return false;
    *word += 1;
    return true;
}

CAUGHT(mt19937_next, by_turns, next_keeps_its_place, "keeps something from call to call")
bool next_keeps_its_place(uint32_t *word, uint32_t *state, size_t *next)
{
    static const uint32_t *of;
    static size_t place;
    if (*next > 624)
        return false;
    if (of != state || *next == 624)
        place = *next;
    of = state;
    const bool good = next_with(stir, temper, word, state, &place);
    *next = place;
    return good;
}

CAUGHT(mt19937_next, by_turns, next_counts_for_itself, "word[")
bool next_counts_for_itself(uint32_t *word, uint32_t *state, size_t *next)
{
    static size_t count = 624;
    if (*next > 624)
        return false;
    *next = 0; // a count of its own instead
    return next_with(stir, temper, word, state, &count);
}

CAUGHT(mt19937_next, stays_in_bounds, next_runs_past_the_end,
       "read past the end of state")
bool next_runs_past_the_end(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++)
            state[k] = state[k + 397] ^ halved(mixture(state[k], state[k + 1]));
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

CAUGHT(mt19937_next, first_words, next_refuses_624, "must return true")
bool next_refuses_624(uint32_t *word, uint32_t *state, size_t *next)
{
    return *next < 624 && next_with(stir, temper, word, state, next);
}

WRONG(mt19937_next, any_seed, next_refuses_zeros,
      "A state of zeros is a state like any other: only *next tells whether somebody "
      "forgot the seed.")
bool next_refuses_zeros(uint32_t *word, uint32_t *state, size_t *next)
{
    uint32_t any = 0;
    for (size_t k = 0; k < 624; k++)
        any |= state[k];
    return any != 0 && next_with(stir, temper, word, state, next);
}

WRONG(mt19937_next, refuses_unseeded, next_takes_anything,
      "A *next above 624 was taken for 624: it means that this is no generator.")
bool next_takes_anything(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next >= 624) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, refuses_unseeded, next_goes_round,
      "A *next above 624 was brought below it by a remainder: it means that this is no "
      "generator.")
bool next_goes_round(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next % 624 == 0)
        stir(state);
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, refuses_unseeded, next_seeds_itself,
      "Nobody seeded this generator: that is the caller's affair; return false.")
bool next_seeds_itself(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624) {
        state[0] = 5489; // as the authors' own program does
        for (uint32_t k = 1; k < 624; k++)
            state[k] = 1812433253u * (state[k - 1] ^ state[k - 1] >> 30) + k;
        *next = 624;
    }
    return next_with(stir, temper, word, state, next);
}

WRONG(mt19937_next, refuses_unseeded, next_in_32_bits,
      "*next was looked at in 32 bits: it is a size_t.")
bool next_in_32_bits(uint32_t *word, uint32_t *state, size_t *next)
{
    const uint32_t n = (uint32_t)*next;
    size_t at = n;
    if (n > 624 || !next_with(stir, temper, word, state, &at))
        return false;
    *next = at;
    return true;
}

WRONG(mt19937_next, refuses_unseeded, next_in_16_bits,
      "*next was looked at in 16 bits: it is a size_t.")
bool next_in_16_bits(uint32_t *word, uint32_t *state, size_t *next)
{
    const uint16_t n = (uint16_t)*next;
    size_t at = n;
    if (n > 624 || !next_with(stir, temper, word, state, &at))
        return false;
    *next = at;
    return true;
}

CAUGHT(mt19937_next, refuses_unseeded, next_as_int, "must return false")
bool next_as_int(uint32_t *word, uint32_t *state, size_t *next)
{
    const int n = (int)*next;
    if (n > 624)
        return false;
    if (n == 624)
        stir(state);
    *word = temper(state[n % 624]);
    *next = (size_t)(n % 624 + 1);
    return true;
}

CAUGHT(mt19937_next, refuses_unseeded, next_without_last_bit, "must return false")
bool next_without_last_bit(uint32_t *word, uint32_t *state, size_t *next)
{
    *next = *next == 625 ? 624 : *next; // > 625 instead of > 624
    return next_with(stir, temper, word, state, next);
}

CAUGHT(mt19937_next, refuses_unseeded, next_heals_itself, "next must stay untouched")
bool next_heals_itself(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624) {
        *next = 624; // so that the next call works
        return false;
    }
    return next_with(stir, temper, word, state, next);
}

CAUGHT(mt19937_next, refuses_unseeded, next_writes_then_refuses,
       "word must stay untouched")
bool next_writes_then_refuses(uint32_t *word, uint32_t *state, size_t *next)
{
    *word = 0;
    return next_with(stir, temper, word, state, next);
}

CAUGHT(mt19937_next, refuses_unseeded, next_stirs_then_refuses,
       "state must stay untouched")
bool next_stirs_then_refuses(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next >= 624)
        stir(state);
    if (*next > 624)
        return false;
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}

static void stir_without_neighbour(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] = state[(k + 397) % 624] ^ halved(state[k]);
}

WRONG(mt19937_next, first_words, next_without_neighbour,
      "The mixture is made of the wrong parts: the top bit is that of s[k], the other "
      "31 are those of s[k + 1].")
bool next_without_neighbour(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_without_neighbour, temper, word, state, next);
}

static void stir_without_word_ahead(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] = halved(mixture(state[k], state[(k + 1) % 624]));
}

WRONG(mt19937_next, first_words, next_without_word_ahead,
      "The word ahead, s[k + 397], does not come in: ^ with it.")
bool next_without_word_ahead(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_without_word_ahead, temper, word, state, next);
}

static void stir_without_shift(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++) {
        const uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
        state[k] = state[(k + 397) % 624] ^ mixed ^ (mixed & 1 ? 0x9908b0dfu : 0);
    }
}

WRONG(mt19937_next, first_words, next_without_shift,
      "The mixture is not shifted: it moves right by one bit.")
bool next_without_shift(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir_without_shift, temper, word, state, next);
}

static uint32_t temper_by_setting(uint32_t y)
{
    y = y >> 11;
    y = (y << 7) & 0x9d2c5680u;
    y = (y << 15) & 0xefc60000u;
    return y >> 18;
}

WRONG(mt19937_next, first_words, next_set_and_not_mixed,
      "Each line of the tempering replaces y: it is y ^= ..., not y = ....")
bool next_set_and_not_mixed(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_by_setting, word, state, next);
}

static uint32_t temper_without_last_line(uint32_t y)
{
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    return y ^ ((y << 15) & 0xefc60000u);
}

WRONG(mt19937_next, first_words, next_without_last_line,
      "The last line of the tempering is missing: y ^= y >> 18.")
bool next_without_last_line(uint32_t *word, uint32_t *state, size_t *next)
{
    return next_with(stir, temper_without_last_line, word, state, next);
}

WRONG(mt19937_next, first_words, next_counts_first,
      "The first word is left out: take s[*next], and then count *next up.")
bool next_counts_first(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    ++*next;
    *word = temper(state[*next % 624]);
    return true;
}

// ---------------------------------------------------------------------- 2.2 uniform_float

WRONG(uniform_float, never_one, uniform_one_too_small,
      "No fraction is 1, and the largest is 16777215 / 16777216: divide by 2^24.")
float uniform_one_too_small(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777215.0f;
}

WRONG(uniform_float, random_words, uniform_all_bits,
      "The high bits of the word are in it: PyTorch keeps the low 24, divided by 2^24.")
float uniform_all_bits(uint32_t word)
{
    return (float)word / 4294967296.0f;
}

WRONG(uniform_float, known_words, uniform_high_bits,
      "The high bits of the word are in it: PyTorch keeps the low 24, divided by 2^24.")
float uniform_high_bits(uint32_t word)
{
    return (float)(word >> 8) / 16777216.0f;
}

WRONG(uniform_float, never_one, uniform_clamped,
      "The largest fractions were cut off: the largest is 16777215 / 16777216.")
float uniform_clamped(uint32_t word)
{
    return fminf((float)(word & 0xffffff) / 16777216.0f, 0.9999999f);
}

WRONG(uniform_float, single_bits, uniform_23_of_24_bits,
      "Not all of the low 24 bits are kept: the mask is 0xffffff.")
float uniform_23_of_24_bits(uint32_t word)
{
    return (float)(word & 0x7fffff) / 16777216.0f;
}

WRONG(uniform_float, single_bits, uniform_23_bits,
      "Divided by 2^23: keep 24 bits (the mask is 0xffffff), and divide by 2^24.")
float uniform_23_bits(uint32_t word)
{
    return (float)(word & 0x7fffff) / 8388608.0f;
}

WRONG(uniform_float, single_bits, uniform_25_bits,
      "25 bits are kept: the mask is 0xffffff, and a float has no room for more.")
float uniform_25_bits(uint32_t word)
{
    return (float)(word & 0x1ffffff) / 33554432.0f;
}

WRONG(uniform_float, known_words, uniform_twice,
      "Divided by 2^23: keep 24 bits (the mask is 0xffffff), and divide by 2^24.")
float uniform_twice(uint32_t word)
{
    return (float)(word & 0xffffff) / 8388608.0f;
}

WRONG(uniform_float, known_words, uniform_half,
      "Divided by 2^25: the divisor is 2^24 = 16777216.")
float uniform_half(uint32_t word)
{
    return (float)(word & 0xffffff) / 33554432.0f;
}

WRONG(uniform_float, known_words, uniform_whole_division,
      "This is a division of whole numbers: convert to float before you divide.")
float uniform_whole_division(uint32_t word)
{
    return (float)((word & 0xffffff) / 16777216);
}

WRONG(uniform_float, known_words, uniform_not_masked,
      "The word is divided whole: keep its low 24 bits first.")
float uniform_not_masked(uint32_t word)
{
    return (float)word / 16777216.0f;
}

WRONG(uniform_float, known_words, uniform_not_divided,
      "The fraction is not divided yet: this is the whole number.")
float uniform_not_divided(uint32_t word)
{
    return (float)(word & 0xffffff);
}

WRONG(uniform_float, known_words, uniform_signed,
      "The word was taken for a signed number.")
float uniform_signed(uint32_t word)
{
    return (float)(int32_t)word / 2147483648.0f;
}

WRONG(uniform_float, known_words, uniform_signed_half,
      "The word was taken for a signed number.")
float uniform_signed_half(uint32_t word)
{
    return (float)(int32_t)word / 4294967296.0f;
}

WRONG(uniform_float, known_words, uniform_from_the_top,
      "This is 1 - u: that comes later, at the logarithm.")
float uniform_from_the_top(uint32_t word)
{
    return 1.0f - (float)(word & 0xffffff) / 16777216.0f;
}

WRONG(uniform_float, known_words, uniform_small_divisor,
      "Divided by 2^32: having kept 24 bits, divide by 2^24.")
float uniform_small_divisor(uint32_t word)
{
    return (float)(word & 0xffffff) / 4294967296.0f;
}

WRONG(uniform_float, single_bits, uniform_half_a_step,
      "Half a step was added: PyTorch's fraction begins at 0.")
float uniform_half_a_step(uint32_t word)
{
    return (float)(((double)(word & 0xffffff) + 0.5) / 16777216);
}

WRONG(uniform_float, single_bits, uniform_from_one,
      "A step was added: PyTorch's fraction begins at 0, and is never 1.")
float uniform_from_one(uint32_t word)
{
    return (float)((word & 0xffffff) + 1) / 16777216.0f;
}

WRONG(uniform_float, single_bits, uniform_never_zero,
      "A fraction of 0 does occur: nothing takes its place.")
float uniform_never_zero(uint32_t word)
{
    return fmaxf((float)(word & 0xffffff) / 16777216.0f, 1e-7f);
}

WRONG(uniform_float, random_words, uniform_remainder_one_less,
      "This is the remainder by 2^24 - 1: % takes 2^24, & takes 2^24 - 1.")
float uniform_remainder_one_less(uint32_t word)
{
    return (float)(word % 0xffffff) / 16777216.0f;
}

CAUGHT(uniform_float, random_words, uniform_remembers, "keeps nothing from call to call")
float uniform_remembers(uint32_t word)
{
    static uint32_t last;
    static float kept = -1;
    if (kept < 0 || (word & 0xff) != (last & 0xff))
        kept = (float)(word & 0xffffff) / 16777216.0f;
    last = word;
    return kept;
}

// ------------------------------------------------------------------------ 2.3 normal_fill

static void block_of_16(float *out, const uint32_t *w, float mean, float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float radius = sqrtf(-2 * logf(1 - fraction(w[j])));
        const float angle = 6.2831853f * fraction(w[j + 8]);
        out[j] = radius * cosf(angle) * std + mean;
        out[j + 8] = radius * sinf(angle) * std + mean;
    }
}

static bool few(float *out, word_source *draw, void *rng, float mean, float std, size_t n)
{
    uint32_t w[4];
    for (size_t i = 0; i < n; i += 2) {
        if (!draw(w, rng, 4))
            return false;
        const double angle = 6.283185307179586 * fraction_53(w);
        const double radius = sqrt(-2 * log(1 - fraction_53(w + 2)));
        out[i] = (float)(radius * cos(angle) * (double)std + (double)mean);
        if (i + 1 < n)
            out[i + 1] = (float)(radius * sin(angle) * (double)std + (double)mean);
    }
    return true;
}

// All full blocks of 16.
static bool blocks(float *out, word_source *draw, void *rng, float mean, float std,
                   size_t n)
{
    uint32_t w[16];
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (!draw(w, rng, 16))
            return false;
        block_of_16(out + start, w, mean, std);
    }
    return true;
}

// What comes after the full blocks.
static bool tail(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, n % 16) || !draw(w, rng, 16))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

// Right for any std.
static bool fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

// ---- the tail

typedef bool part_function(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n);

// A good normal_fill but for what comes after the full blocks.
static bool fill_with_tail(part_function *last, float *out, word_source *draw, void *rng,
                           float mean, float std, size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && last(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, torch_table, fill_no_tail,
      "There is no tail: n mod 16 words are thrown away, then 16 new words make the last "
      "16 "
      "places, over what a block left there.")
bool fill_no_tail(float *out, word_source *draw, void *rng, float mean, float std,
                  size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n);
}

static bool tail_not_skipped(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    uint32_t w[16];
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, 16))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_not_skipped,
      "The tail comes too early: n mod 16 words are drawn and thrown away before its "
      "16.")
bool fill_tail_not_skipped(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with_tail(tail_not_skipped, out, draw, rng, mean, std, n);
}

static bool tail_16_skipped(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    uint32_t w[16];
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, 16) || !draw(w, rng, 16))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_16_skipped,
      "Sixteen words were thrown away before the tail: only n mod 16 are.")
bool fill_tail_16_skipped(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_with_tail(tail_16_skipped, out, draw, rng, mean, std, n);
}

static bool tail_of_leftovers(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    uint32_t w[16];
    float block[16];
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, 16))
        return false;
    block_of_16(block, w, mean, std);
    memcpy(out + n - n % 16, block, n % 16 * sizeof *out);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_from_full_block,
      "The tail's block must be made of the 16 words that come after the n mod 16 "
      "wasted ones, and covers the last 16 places.")
bool fill_tail_from_full_block(float *out, word_source *draw, void *rng, float mean,
                               float std, size_t n)
{
    return fill_with_tail(tail_of_leftovers, out, draw, rng, mean, std, n);
}

// only the n mod 16 places that are left over, from the block's value `from` on
static bool tail_from(size_t from, float *out, word_source *draw, void *rng, float mean,
                      float std, size_t n)
{
    uint32_t w[16];
    float block[16];
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, n % 16) || !draw(w, rng, 16))
        return false;
    block_of_16(block, w, mean, std);
    memcpy(out + n - n % 16, block + from, n % 16 * sizeof *out);
    return true;
}

static bool tail_of_its_own_places(float *out, word_source *draw, void *rng, float mean,
                                   float std, size_t n)
{
    return tail_from(16 - n % 16, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, torch_table, fill_tail_covers_too_little,
      "The tail covers the last 16 places, also those that a full block had filled.")
bool fill_tail_covers_too_little(float *out, word_source *draw, void *rng, float mean,
                                 float std, size_t n)
{
    return fill_with_tail(tail_of_its_own_places, out, draw, rng, mean, std, n);
}

static bool tail_from_its_first(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    return tail_from(0, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, torch_table, fill_tail_from_its_first,
      "The tail covers the last 16 places, also those that a full block had filled.")
bool fill_tail_from_its_first(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    return fill_with_tail(tail_from_its_first, out, draw, rng, mean, std, n);
}

static bool tail_of_fractions(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    uint32_t w[16];
    (void)mean, (void)std;
    if (!draw(w, rng, n % 16))
        return false;
    for (size_t i = 0; i < n % 16; i++)
        out[n - n % 16 + i] = fraction(w[i]);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_not_redrawn,
      "The tail was not drawn anew: the last 16 places are made of 16 new words, over "
      "what the blocks left there.")
bool fill_tail_not_redrawn(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with_tail(tail_of_fractions, out, draw, rng, mean, std, n);
}

static bool tail_as_pairs(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return few(out + n - n % 16, draw, rng, mean, std, n % 16);
}

WRONG(normal_fill, torch_table, fill_tail_as_pairs,
      "The tail went the road of small n: it is a block of 16, at places n - 16 to n - "
      "1.")
bool fill_tail_as_pairs(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    return fill_with_tail(tail_as_pairs, out, draw, rng, mean, std, n);
}

static bool tail_always(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    uint32_t w[16];
    return n % 16 == 0 ? draw(w, rng, 16) : tail(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, worked_example, fill_draws_a_tail_always,
      "There is no tail when n is a multiple of 16, and no word is drawn for one.")
bool fill_draws_a_tail_always(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    return fill_with_tail(tail_always, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, torch_table, fill_tail_first,
      "The tail's words were drawn first: they come after those of the blocks.")
bool fill_tail_first(float *out, word_source *draw, void *rng, float mean, float std,
                     size_t n)
{
    uint32_t w[16], skipped[16];
    if (!(std >= 0))
        return false;
    if (n < 16 || n % 16 == 0)
        return fill(out, draw, rng, mean, std, n);
    if (!draw(skipped, rng, n % 16) || !draw(w, rng, 16) ||
        !blocks(out, draw, rng, mean, std, n))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

CAUGHT(normal_fill, every_length, fill_last_block_sticks_out, "past the end of out")
bool fill_last_block_sticks_out(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, (n + 15) / 16 * 16);
}

// ---- fewer than 16

typedef void pair_of_words(float *first, float *second, const uint32_t *w, float mean,
                           float std);

// A good normal_fill but for how `n_words` words make a pair below 16.
static bool fill_with_pairs(pair_of_words *make, size_t n_words, float *out,
                            word_source *draw, void *rng, float mean, float std, size_t n)
{
    uint32_t w[4];
    float dropped;
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i += 2) {
        if (!draw(w, rng, n_words))
            return false;
        make(out + i, i + 1 < n ? out + i + 1 : &dropped, w, mean, std);
    }
    return true;
}

static void pair_in_double(float *first, float *second, double distance, double direction,
                           float mean, float std)
{
    const double angle = 6.283185307179586 * direction;
    const double radius = sqrt(-2 * log(1 - distance));
    *first = (float)(radius * cos(angle) * (double)std + (double)mean);
    *second = (float)(radius * sin(angle) * (double)std + (double)mean);
}

WRONG(normal_fill, fewer_than_16, fill_block_for_few,
      "Fewer than 16 values do not come from a block: they are made pair by pair, in "
      "double, four words a pair.")
bool fill_block_for_few(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    uint32_t w[16];
    float block[16];
    if (!(std >= 0))
        return false;
    if (n >= 16 || n == 0)
        return fill(out, draw, rng, mean, std, n);
    if (!draw(w, rng, 16))
        return false;
    block_of_16(block, w, mean, std);
    memcpy(out, block, n * sizeof *out);
    return true;
}

WRONG(normal_fill, every_length, fill_16_as_few,
      "16 values are a block: the other road is for fewer than 16.")
bool fill_16_as_few(float *out, word_source *draw, void *rng, float mean, float std,
                    size_t n)
{
    if (!(std >= 0))
        return false;
    return n == 16 ? few(out, draw, rng, mean, std, n)
                   : fill(out, draw, rng, mean, std, n);
}

static void pair_not_exchanged(float *first, float *second, const uint32_t *w, float mean,
                               float std)
{
    pair_in_double(first, second, fraction_53(w), fraction_53(w + 2), mean, std);
}

WRONG(normal_fill, fewer_than_16, fill_few_not_exchanged,
      "Below 16 values the parts are exchanged: the first fraction gives the direction, "
      "the second the distance.")
bool fill_few_not_exchanged(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return fill_with_pairs(pair_not_exchanged, 4, out, draw, rng, mean, std, n);
}

static void pair_sine_first(float *first, float *second, const uint32_t *w, float mean,
                            float std)
{
    pair_in_double(second, first, fraction_53(w + 2), fraction_53(w), mean, std);
}

WRONG(normal_fill, fewer_than_16, fill_few_sine_first,
      "Below 16 values too the cosine comes first.")
bool fill_few_sine_first(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    return fill_with_pairs(pair_sine_first, 4, out, draw, rng, mean, std, n);
}

static void pair_low_half_first(float *first, float *second, const uint32_t *w,
                                float mean, float std)
{
    const uint32_t turned[4] = {w[1], w[0], w[3], w[2]};
    pair_in_double(first, second, fraction_53(turned + 2), fraction_53(turned), mean,
                   std);
}

WRONG(normal_fill, fewer_than_16, fill_few_low_half_first,
      "The two words of a fraction are exchanged: the first one is the high half.")
bool fill_few_low_half_first(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    return fill_with_pairs(pair_low_half_first, 4, out, draw, rng, mean, std, n);
}

static double fraction_64(const uint32_t *w)
{
    return (double)((uint64_t)w[0] << 32 | w[1]) / 18446744073709551616.0;
}

static void pair_of_64_bits(float *first, float *second, const uint32_t *w, float mean,
                            float std)
{
    pair_in_double(first, second, fraction_64(w + 2), fraction_64(w), mean, std);
}

WRONG(normal_fill, fewer_than_16, fill_few_64_bits,
      "The high bits of the 64 are in it: keep the low 53, divided by 2^53.")
bool fill_few_64_bits(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with_pairs(pair_of_64_bits, 4, out, draw, rng, mean, std, n);
}

static void pair_of_float_fractions(float *first, float *second, const uint32_t *w,
                                    float mean, float std)
{
    const uint64_t far = (uint64_t)w[2] << 32 | w[3];
    const float distance =
        (float)((double)(far & (((uint64_t)1 << 53) - 1)) / 9007199254740992.0);
    const uint64_t both = (uint64_t)w[0] << 32 | w[1];
    const double direction =
        (double)(both & (((uint64_t)1 << 53) - 1)) / 9007199254740992.0;
    pair_in_double(first, second, (double)distance, direction, mean, std);
}

WRONG(normal_fill, fraction_of_zero, fill_few_float_fractions,
      "The fraction was rounded to float below 16 values, and the largest became 1.")
bool fill_few_float_fractions(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    return fill_with_pairs(pair_of_float_fractions, 4, out, draw, rng, mean, std, n);
}

static double fraction_52(const uint32_t *w)
{
    const uint64_t both = (uint64_t)w[0] << 32 | w[1];
    return (double)(both & (((uint64_t)1 << 52) - 1)) / 4503599627370496.0;
}

static void pair_of_52_bits(float *first, float *second, const uint32_t *w, float mean,
                            float std)
{
    pair_in_double(first, second, fraction_52(w + 2), fraction_52(w), mean, std);
}

static double fraction_up_to_1(const uint32_t *w)
{
    return fraction_53(w) * 9007199254740992.0 / 9007199254740991.0;
}

static void pair_up_to_1(float *first, float *second, const uint32_t *w, float mean,
                         float std)
{
    pair_in_double(first, second, fraction_up_to_1(w + 2), fraction_up_to_1(w), mean,
                   std);
}

WRONG(normal_fill, fraction_of_zero, fill_few_one_too_small,
      "Below 16 values the divisor is 2^53, not 2^53 - 1: no fraction is 1.")
bool fill_few_one_too_small(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return fill_with_pairs(pair_up_to_1, 4, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, fewer_than_16, fill_few_52_bits,
      "Only 52 bits are kept below 16 values: a fraction has 53.")
bool fill_few_52_bits(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with_pairs(pair_of_52_bits, 4, out, draw, rng, mean, std, n);
}

static void pair_of_two_words(float *first, float *second, const uint32_t *w, float mean,
                              float std)
{
    pair_in_double(first, second, (double)fraction(w[1]), (double)fraction(w[0]), mean,
                   std);
}

WRONG(normal_fill, fewer_than_16, fill_few_of_two_words,
      "Below 16 values a fraction has 53 bits, from two words.")
bool fill_few_of_two_words(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with_pairs(pair_of_two_words, 2, out, draw, rng, mean, std, n);
}

static void pair_of_low_words(float *first, float *second, const uint32_t *w, float mean,
                              float std)
{
    pair_in_double(first, second, (double)fraction(w[3]), (double)fraction(w[1]), mean,
                   std);
}

WRONG(normal_fill, fewer_than_16, fill_few_of_low_words,
      "Below 16 values a fraction has 53 bits, from two words.")
bool fill_few_of_low_words(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with_pairs(pair_of_low_words, 4, out, draw, rng, mean, std, n);
}

static void pair_without_top(float *first, float *second, const uint32_t *w, float mean,
                             float std)
{
    pair_in_double(first, second, fmin(fraction_53(w + 2), 1 - 1e-12), fraction_53(w),
                   mean, std);
}

WRONG(normal_fill, fraction_of_zero, fill_few_without_top,
      "The largest fractions were cut off: 1 - u is never 0, so ln needs no guard.")
bool fill_few_without_top(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_with_pairs(pair_without_top, 4, out, draw, rng, mean, std, n);
}

static void pair_of_float_z(float *first, float *second, const uint32_t *w, float mean,
                            float std)
{
    pair_in_double(first, second, fraction_53(w + 2), fraction_53(w), 0, 1);
    *first = *first * std + mean;
    *second = *second * std + mean;
}

WRONG(normal_fill, rounds_at_the_end, fill_few_of_float_z,
      "Something was rounded to float on the way: below 16 values all is done in double, "
      "and rounded at the very end.")
bool fill_few_of_float_z(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    return fill_with_pairs(pair_of_float_z, 4, out, draw, rng, mean, std, n);
}

static void pair_shifted_in_float(float *first, float *second, const uint32_t *w,
                                  float mean, float std)
{
    pair_in_double(first, second, fraction_53(w + 2), fraction_53(w), 0, std);
    *first += mean;
    *second += mean;
}

WRONG(normal_fill, rounds_at_the_end, fill_few_shifted_in_float,
      "Something was rounded to float on the way: below 16 values all is done in double, "
      "and rounded at the very end.")
bool fill_few_shifted_in_float(float *out, word_source *draw, void *rng, float mean,
                               float std, size_t n)
{
    return fill_with_pairs(pair_shifted_in_float, 4, out, draw, rng, mean, std, n);
}

static void pair_of_float_radius(float *first, float *second, const uint32_t *w,
                                 float mean, float std)
{
    const float radius = (float)sqrt(-2 * log(1 - fraction_53(w + 2)));
    const double angle = 6.283185307179586 * fraction_53(w);
    *first = (float)((double)radius * cos(angle) * (double)std + (double)mean);
    *second = (float)((double)radius * sin(angle) * (double)std + (double)mean);
}

WRONG(normal_fill, rounds_at_the_end, fill_few_of_float_radius,
      "Something was rounded to float on the way: below 16 values all is done in double, "
      "and rounded at the very end.")
bool fill_few_of_float_radius(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    return fill_with_pairs(pair_of_float_radius, 4, out, draw, rng, mean, std, n);
}

static void pair_of_float_angle(float *first, float *second, const uint32_t *w,
                                float mean, float std)
{
    const double angle = (double)(6.2831853f * (float)fraction_53(w));
    const double radius = sqrt(-2 * log(1 - fraction_53(w + 2)));
    *first = (float)(radius * cos(angle) * (double)std + (double)mean);
    *second = (float)(radius * sin(angle) * (double)std + (double)mean);
}

WRONG(normal_fill, rounds_at_the_end, fill_few_of_float_angle,
      "Something was rounded to float on the way: below 16 values all is done in double, "
      "and rounded at the very end.")
bool fill_few_of_float_angle(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    return fill_with_pairs(pair_of_float_angle, 4, out, draw, rng, mean, std, n);
}

static void pair_of_float_pi(float *first, float *second, const uint32_t *w, float mean,
                             float std)
{
    const double angle = (double)(2 * 3.14159265f) * fraction_53(w);
    const double radius = sqrt(-2 * log(1 - fraction_53(w + 2)));
    *first = (float)(radius * cos(angle) * (double)std + (double)mean);
    *second = (float)(radius * sin(angle) * (double)std + (double)mean);
}

WRONG(normal_fill, rounds_at_the_end, fill_few_of_float_pi,
      "pi is a float here: below 16 values all is done in double.")
bool fill_few_of_float_pi(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_with_pairs(pair_of_float_pi, 4, out, draw, rng, mean, std, n);
}

static void pair_in_float(float *first, float *second, const uint32_t *w, float mean,
                          float std)
{
    const float angle = 6.2831853f * (float)fraction_53(w);
    const float radius = sqrtf(-2 * logf(1 - (float)fraction_53(w + 2)));
    *first = radius * cosf(angle) * std + mean;
    *second = radius * sinf(angle) * std + mean;
}

WRONG(normal_fill, fraction_of_zero, fill_few_in_float,
      "Below 16 values all is done in double: in float the largest fractions round to "
      "1, and ln 0 is minus infinity.")
bool fill_few_in_float(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    return fill_with_pairs(pair_in_float, 4, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, fewer_than_16, fill_few_one_by_one,
      "Four words make two values, the cosine's and the sine's; here each value took "
      "four of its own.")
bool fill_few_one_by_one(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i++) // the sine is never used
        if (!few(out + i, draw, rng, mean, std, 1))
            return false;
    return true;
}

CAUGHT(normal_fill, stays_in_bounds, fill_few_past_the_end, "past the end of out")
bool fill_few_past_the_end(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    if (!(std >= 0))
        return false;
    return fill(out, draw, rng, mean, std, n < 16 ? n + n % 2 : n);
}

CAUGHT(normal_fill, fewer_than_16, fill_keeps_the_sine,
       "keeps something from call to call")
bool fill_keeps_the_sine(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    static bool has_spare;
    static float spare;
    float two[2];
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i++) {
        if (!has_spare && !few(two, draw, rng, 0, 1, 2))
            return false;
        out[i] = (has_spare ? spare : two[0]) * std + mean;
        spare = has_spare ? 0 : two[1];
        has_spare = !has_spare;
    }
    return true;
}

// ---- the arithmetic

// Two values from two fractions: a from word j, b from word j + 8.
typedef void bend_function(float *first, float *second, float a, float b, float mean,
                           float std);

// A good normal_fill but for its arithmetic in blocks.
static bool fill_with(bend_function *bend, float *out, word_source *draw, void *rng,
                      float mean, float std, size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t done = 0; done < n; done += 16) {
        const size_t start = done + 16 <= n ? done : n - 16;
        if (start != done && !draw(w, rng, n % 16))
            return false;
        if (!draw(w, rng, 16))
            return false;
        for (size_t j = 0; j < 8; j++)
            bend(&out[start + j], &out[start + j + 8], fraction(w[j]), fraction(w[j + 8]),
                 mean, std);
    }
    return true;
}

// A pair of words is 2j and 2j + 1, or the two places of a pair are.
static bool fill_by_neighbours(bool of_words, bool of_places, float *out,
                               word_source *draw, void *rng, float mean, float std,
                               size_t n)
{
    uint32_t w[16], sorted[16];
    float block[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t done = 0; done < n; done += 16) {
        const size_t start = done + 16 <= n ? done : n - 16;
        if ((start != done && !draw(w, rng, n % 16)) || !draw(w, rng, 16))
            return false;
        for (size_t k = 0; k < 16; k++)
            sorted[of_words ? k / 2 + k % 2 * 8 : k] = w[k];
        block_of_16(block, sorted, mean, std);
        for (size_t k = 0; k < 16; k++)
            out[start + k] = block[of_places ? k / 2 + k % 2 * 8 : k];
    }
    return true;
}

WRONG(normal_fill, worked_example, fill_pair_neighbours,
      "The pairs are j and j + 8, not 2j and 2j + 1.")
bool fill_pair_neighbours(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_by_neighbours(true, true, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, worked_example, fill_from_neighbours,
      "A pair is made of words j and j + 8, not of 2j and 2j + 1.")
bool fill_from_neighbours(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_by_neighbours(true, false, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, worked_example, fill_into_neighbours,
      "The cosine of pair j goes to place j and the sine to j + 8, not to 2j and 2j + 1.")
bool fill_into_neighbours(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_by_neighbours(false, true, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, every_length, fill_wastes_after_the_tail,
      "The words that are thrown away come before the 16 of the tail, not after them.")
bool fill_wastes_after_the_tail(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t done = 0; done < n; done += 16) {
        const size_t start = done + 16 <= n ? done : n - 16;
        if (!draw(w, rng, 16))
            return false;
        block_of_16(out + start, w, mean, std);
        if (start != done && !draw(w, rng, n % 16))
            return false;
    }
    return true;
}

WRONG(normal_fill, every_length, fill_halves_of_the_whole,
      "The pairs are j and j + 8 in blocks of 16, not the two halves of the whole "
      "array.")
bool fill_halves_of_the_whole(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    const size_t half = n / 2;
    if (!(std >= 0) || n < 16 || n % 16 != 0)
        return std >= 0 && fill(out, draw, rng, mean, std, n);
    uint32_t *w = malloc(n * sizeof *w);
    const bool good = w != NULL && draw(w, rng, n);
    for (size_t j = 0; good && j < half; j++) {
        const float radius = sqrtf(-2 * logf(1 - fraction(w[j])));
        const float angle = 6.2831853f * fraction(w[j + half]);
        out[j] = radius * cosf(angle) * std + mean;
        out[j + half] = radius * sinf(angle) * std + mean;
    }
    free(w);
    return good;
}

static void bend_log_of_zero(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(a > 0 ? 1 - a : 0)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, fraction_of_zero, fill_log_of_zero,
      "The formula has ln(1 - u), not ln(u): the fraction 0 does occur, and "
      "ln 0 is minus infinity.")
bool fill_log_of_zero(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_log_of_zero, out, draw, rng, mean, std, n);
}

static void bend_log_of_u(float *first, float *second, float a, float b, float mean,
                          float std)
{
    const float r = sqrtf(-2 * logf(a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, torch_table, fill_log_of_u,
      "The formula has ln(1 - u), not ln(u): the fraction 0 does occur, and "
      "ln 0 is minus infinity.")
bool fill_log_of_u(float *out, word_source *draw, void *rng, float mean, float std,
                   size_t n)
{
    return fill_with(bend_log_of_u, out, draw, rng, mean, std, n);
}

static void bend_u_exchanged(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(1 - b)), angle = 6.2831853f * a;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_u_exchanged,
      "Word j gives the distance and word j + 8 the direction; here it is the other way "
      "round.")
bool fill_u_exchanged(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_u_exchanged, out, draw, rng, mean, std, n);
}

static void bend_sine_first(float *first, float *second, float a, float b, float mean,
                            float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * sinf(angle) * std + mean;
    *second = r * cosf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_sin_cos_exchanged,
      "Sine and cosine are exchanged: the cosine comes first.")
bool fill_sin_cos_exchanged(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return fill_with(bend_sine_first, out, draw, rng, mean, std, n);
}

static void bend_std_squared(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std * std + mean;
    *second = r * sinf(angle) * std * std + mean;
}

WRONG(normal_fill, worked_example, fill_std_squared,
      "This multiplies by std squared: std is not the variance.")
bool fill_std_squared(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_std_squared, out, draw, rng, mean, std, n);
}

static void bend_std_as_variance(float *first, float *second, float a, float b,
                                 float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a) * std), angle = 6.2831853f * b;
    *first = r * cosf(angle) + mean;
    *second = r * sinf(angle) + mean;
}

WRONG(normal_fill, gpt2_std, fill_std_as_variance,
      "This multiplies by the root of std: std is the standard deviation already.")
bool fill_std_as_variance(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    return fill_with(bend_std_as_variance, out, draw, rng, mean, std, n);
}

static void bend_mean_scaled(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = (r * cosf(angle) + mean) * std;
    *second = (r * sinf(angle) + mean) * std;
}

WRONG(normal_fill, worked_example, fill_mean_scaled,
      "The mean was added before the multiplication: it is z * std + mean.")
bool fill_mean_scaled(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_mean_scaled, out, draw, rng, mean, std, n);
}

static void bend_no_mean(float *first, float *second, float a, float b, float mean,
                         float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    (void)mean;
    *first = r * cosf(angle) * std;
    *second = r * sinf(angle) * std;
}

WRONG(normal_fill, worked_example, fill_no_mean, "The mean is missing.")
bool fill_no_mean(float *out, word_source *draw, void *rng, float mean, float std,
                  size_t n)
{
    return fill_with(bend_no_mean, out, draw, rng, mean, std, n);
}

static void bend_no_std(float *first, float *second, float a, float b, float mean,
                        float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    (void)std;
    *first = r * cosf(angle) + mean;
    *second = r * sinf(angle) + mean;
}

WRONG(normal_fill, worked_example, fill_no_std, "std is missing: multiply by it.")
bool fill_no_std(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend_no_std, out, draw, rng, mean, std, n);
}

static void bend_half_a_turn(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 3.1415927f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_half_a_turn,
      "The direction covers half a turn only: it is 2 pi u.")
bool fill_half_a_turn(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_half_a_turn, out, draw, rng, mean, std, n);
}

static void bend_no_turn(float *first, float *second, float a, float b, float mean,
                         float std)
{
    const float r = sqrtf(-2 * logf(1 - a));
    *first = r * cosf(b) * std + mean;
    *second = r * sinf(b) * std + mean;
}

WRONG(normal_fill, worked_example, fill_no_turn,
      "The direction is 2 pi u: the 2 pi is missing.")
bool fill_no_turn(float *out, word_source *draw, void *rng, float mean, float std,
                  size_t n)
{
    return fill_with(bend_no_turn, out, draw, rng, mean, std, n);
}

static void bend_degrees(float *first, float *second, float a, float b, float mean,
                         float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 360 * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_degrees,
      "The angle is in degrees: cos and sin want 2 pi for a full turn.")
bool fill_degrees(float *out, word_source *draw, void *rng, float mean, float std,
                  size_t n)
{
    return fill_with(bend_degrees, out, draw, rng, mean, std, n);
}

static void bend_radius_without_2(float *first, float *second, float a, float b,
                                  float mean, float std)
{
    const float r = sqrtf(-logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_radius_without_2,
      "The distance is sqrt(-2 ln(1 - u)): the 2 is missing.")
bool fill_radius_without_2(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with(bend_radius_without_2, out, draw, rng, mean, std, n);
}

static void bend_radius_squared(float *first, float *second, float a, float b, float mean,
                                float std)
{
    const float r = -2 * logf(1 - a), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_radius_squared,
      "The distance is sqrt(-2 ln(1 - u)): the root is missing.")
bool fill_radius_squared(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    return fill_with(bend_radius_squared, out, draw, rng, mean, std, n);
}

static void bend_log_10(float *first, float *second, float a, float b, float mean,
                        float std)
{
    const float r = sqrtf(-2 * log10f(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_log_10,
      "This is log10: the formula wants the natural logarithm, log.")
bool fill_log_10(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend_log_10, out, draw, rng, mean, std, n);
}

static void block_of_32_bits(float *out, const uint32_t *w, float mean, float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float u = (float)w[j] / 4294967296.0f, v = (float)w[j + 8] / 4294967296.0f;
        const float radius = sqrtf(-2 * logf(1 - u)), angle = 6.2831853f * v;
        out[j] = radius * cosf(angle) * std + mean;
        out[j + 8] = radius * sinf(angle) * std + mean;
    }
}

WRONG(normal_fill, torch_table, fill_all_32_bits,
      "These fractions keep 32 bits of a word: see uniform_float, exercise 2.2.")
bool fill_all_32_bits(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t done = 0; done < n; done += 16) {
        const size_t start = done + 16 <= n ? done : n - 16;
        if ((start != done && !draw(w, rng, n % 16)) || !draw(w, rng, 16))
            return false;
        block_of_32_bits(out + start, w, mean, std);
    }
    return true;
}

static void bend_coarse_pi(float *first, float *second, float a, float b, float mean,
                           float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 2 * 3.14159f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, every_length, fill_coarse_pi,
      "pi has too few digits here: 3.14159 is not enough for 2e-6.")
bool fill_coarse_pi(float *out, word_source *draw, void *rng, float mean, float std,
                    size_t n)
{
    return fill_with(bend_coarse_pi, out, draw, rng, mean, std, n);
}

static void bend_guarded(float *first, float *second, float a, float b, float mean,
                         float std)
{
    const float r = sqrtf(-2 * logf(1 - fmaxf(a, 1e-7f))), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, fraction_of_zero, fill_guarded_zero,
      "A fraction of 0 was replaced by a small one: it gives the distance 0, and 1 - u "
      "needs no guard.")
bool fill_guarded_zero(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    return fill_with(bend_guarded, out, draw, rng, mean, std, n);
}

static void bend_guarded_top(float *first, float *second, float a, float b, float mean,
                             float std)
{
    const float r = sqrtf(-2 * logf(fmaxf(1 - a, 1e-6f))), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, fraction_of_zero, fill_guarded_top,
      "The largest fractions were cut off: 1 - u is never 0, so ln needs no guard.")
bool fill_guarded_top(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_guarded_top, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, fraction_of_zero, fill_draws_again_for_zero,
      "A fraction of 0 is a fraction: no other word is drawn in its place.")
bool fill_draws_again_for_zero(float *out, word_source *draw, void *rng, float mean,
                               float std, size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (!draw(w, rng, 16))
            return false;
        for (size_t j = 0; j < 8; j++)
            while ((w[j] & 0xffffff) == 0)
                if (!draw(&w[j], rng, 1))
                    return false;
        block_of_16(out + start, w, mean, std);
    }
    return tail(out, draw, rng, mean, std, n);
}

// ---- what is refused

WRONG(normal_fill, refuses_bad_std, fill_takes_nan,
      "std < 0 lets NaN through, for NaN is not below 0: !(std >= 0) refuses both.")
bool fill_takes_nan(float *out, word_source *draw, void *rng, float mean, float std,
                    size_t n)
{
    return !(std < 0) && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, refuses_bad_std, fill_takes_small_negatives,
      "A negative std is refused however small it is.")
bool fill_takes_small_negatives(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    return std > -FLT_EPSILON && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, refuses_bad_std, fill_takes_any_std,
      "A std that is negative or NaN is refused before anything else.")
bool fill_takes_any_std(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    return fill(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, refuses_bad_std, fill_checks_blocks_only, "must return false here")
bool fill_checks_blocks_only(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    return (n < 16 || std >= 0) && fill(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, refuses_bad_std, fill_takes_the_size, "must return false here")
bool fill_takes_the_size(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    return !isnan(std) && fill(out, draw, rng, mean, fabsf(std), n);
}

WRONG(normal_fill, refuses_bad_std, fill_refuses_too_late,
      "Words were drawn before std was refused: look at std first.")
bool fill_refuses_too_late(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    uint32_t w[16];
    if (n < 16)
        return std >= 0 && few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (!draw(w, rng, 16) || !(std >= 0))
            return false;
        block_of_16(out + start, w, mean, std);
    }
    return tail(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, refuses_bad_std, fill_clears_then_refuses, "must stay untouched")
bool fill_clears_then_refuses(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    memset(out, 0, n * sizeof *out);
    return std >= 0 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_refuses_minus_zero,
      "-0 is not negative: it is 0, and all values are the mean.")
bool fill_refuses_minus_zero(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    return !signbit(std) && std >= 0 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, no_values, fill_refuses_zero_std,
      "A std of 0 is good: all values are the mean.")
bool fill_refuses_zero_std(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return std > 0 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_refuses_infinite_std,
      "An infinite std is neither negative nor NaN: it is used as it is.")
bool fill_refuses_infinite_std(float *out, word_source *draw, void *rng, float mean,
                               float std, size_t n)
{
    return std >= 0 && isfinite(std) && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_refuses_nan_mean,
      "Only std is ever refused: a mean that is NaN or infinite is used as it is.")
bool fill_refuses_nan_mean(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return std >= 0 && !isnan(mean) && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_refuses_infinite_mean,
      "Only std is ever refused: a mean that is NaN or infinite is used as it is.")
bool fill_refuses_infinite_mean(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    return std >= 0 && !isinf(mean) && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_refuses_tiny_std,
      "A std is good however small it is.")
bool fill_refuses_tiny_std(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return (std == 0 || std >= FLT_MIN) && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, special_values, fill_tiny_std_is_zero,
      "A std was taken for 0 because it is small: multiply by it, however small it is.")
bool fill_tiny_std_is_zero(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return std >= 0 && fill(out, draw, rng, mean, std < 1e-9f ? 0 : std, n);
}

WRONG(normal_fill, special_values, fill_zero_std_draws_nothing,
      "With a std of 0 all values are the mean, and the words are drawn all the same.")
bool fill_zero_std_draws_nothing(float *out, word_source *draw, void *rng, float mean,
                                 float std, size_t n)
{
    if (!(std >= 0))
        return false;
    if (std > 0)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i++)
        out[i] = mean;
    return true;
}

WRONG(normal_fill, special_values, fill_needs_an_rng,
      "rng belongs to draw: it is handed on, whatever it is.")
bool fill_needs_an_rng(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    return rng != NULL && std >= 0 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, no_values, fill_refuses_no_values,
      "n of 0 is no error: there is nothing to write, so return true.")
bool fill_refuses_no_values(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return n > 0 && std >= 0 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, no_values, fill_draws_for_nothing,
      "No values need no words: when n is 0, draw none.")
bool fill_draws_for_nothing(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    return n == 0 ? draw(w, rng, 16) : fill(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, no_values, fill_writes_for_nothing, "though n is 0")
bool fill_writes_for_nothing(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    out[0] = mean; // before it is made
    return std >= 0 && fill(out, draw, rng, mean, std, n);
}

// ---- a source that fails

static bool tail_unchecked(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    uint32_t w[16];
    if (n % 16 == 0)
        return true;
    draw(w, rng, n % 16);
    if (!draw(w, rng, 16))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

WRONG(normal_fill, source_runs_dry, fill_forgotten_unchecked,
      "draw can fail for the words that are thrown away, too: look at what it returns "
      "every time.")
bool fill_forgotten_unchecked(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    return fill_with_tail(tail_unchecked, out, draw, rng, mean, std, n);
}

static bool tail_if_there_is_one(float *out, word_source *draw, void *rng, float mean,
                                 float std, size_t n)
{
    (void)tail(out, draw, rng, mean, std, n);
    return true;
}

WRONG(normal_fill, source_runs_dry, fill_tail_may_fail,
      "draw can fail for the tail, too: look at what it returns every time.")
bool fill_tail_may_fail(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    return fill_with_tail(tail_if_there_is_one, out, draw, rng, mean, std, n);
}

WRONG(normal_fill, source_runs_dry, fill_trusts_the_source,
      "Look at what draw returns: if it is false, return false at once.")
bool fill_trusts_the_source(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    if (!(std >= 0))
        return false;
    (void)fill(out, draw, rng, mean, std, n);
    return true;
}

// The words that draw gives, asked for once more where it had failed.
static bool few_drawn_twice(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    uint32_t w[4];
    float dropped;
    for (size_t i = 0; i < n; i += 2) {
        if (!draw(w, rng, 4) && !draw(w, rng, 4))
            return false;
        pair_in_double(out + i, i + 1 < n ? out + i + 1 : &dropped, fraction_53(w + 2),
                       fraction_53(w), mean, std);
    }
    return true;
}

WRONG(normal_fill, source_runs_dry, fill_tries_again,
      "draw was asked again after it had failed: return false at once.")
bool fill_tries_again(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few_drawn_twice(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (!draw(w, rng, 16) && !draw(w, rng, 16))
            return false;
        block_of_16(out + start, w, mean, std);
    }
    return tail(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, source_runs_dry, fill_looks_at_the_end, "draw was called again")
bool fill_looks_at_the_end(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    uint32_t w[16];
    bool good = std >= 0;
    if (n < 16 || !good)
        return good && few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        good = draw(w, rng, 16) && good;
        block_of_16(out + start, w, mean, std);
    }
    return tail(out, draw, rng, mean, std, n) && good;
}

CAUGHT(normal_fill, source_runs_dry, fill_remembers_the_last, "must return false here")
bool fill_remembers_the_last(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    uint32_t w[16];
    bool good = true;
    if (n < 16 || !(std >= 0))
        return std >= 0 && few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        good = draw(w, rng, 16);
        block_of_16(out + start, w, mean, std);
    }
    return n % 16 == 0 ? good : tail(out, draw, rng, mean, std, n);
}

// ---- sizes, and memory

WRONG(normal_fill, large_sizes, fill_room_for_4096,
      "There is room for 4096 words only: n may be any number.")
bool fill_room_for_4096(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    return std >= 0 && n <= 4096 && fill(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, large_sizes, fill_counts_in_16_bits,
      "n was counted in 16 bits: it is a size_t.")
bool fill_counts_in_16_bits(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return std >= 0 && fill(out, draw, rng, mean, std, (uint16_t)n);
}

CAUGHT(normal_fill, stays_in_bounds, fill_keeps_the_table,
       "keeps something from call to call")
bool fill_keeps_the_table(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    static float kept[64];
    static size_t n_kept;
    if (!(std >= 0))
        return false;
    if (n > 0 && n == n_kept) {
        memcpy(out, kept, n * sizeof *out);
        return true;
    }
    if (!fill(out, draw, rng, mean, std, n))
        return false;
    n_kept = n <= 64 ? n : 0;
    memcpy(kept, out, n_kept * sizeof *out);
    return true;
}

static void bend_with_two_cosines(float *first, float *second, float a, float b,
                                  float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = *second = r * cosf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_two_cosines,
      "Both values of a pair have the cosine: the second one has the sine.")
bool fill_two_cosines(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    return fill_with(bend_with_two_cosines, out, draw, rng, mean, std, n);
}

static void bend_with_one_word(float *first, float *second, float a, float b, float mean,
                               float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * a;
    (void)b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_one_word_twice,
      "Word j gives the distance and the direction: the direction comes from word j + 8.")
bool fill_one_word_twice(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    return fill_with(bend_with_one_word, out, draw, rng, mean, std, n);
}

static void bend_mean_for_std(float *first, float *second, float a, float b, float mean,
                              float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * mean + std;
    *second = r * sinf(angle) * mean + std;
}

WRONG(normal_fill, worked_example, fill_mean_for_std,
      "mean and std are exchanged: it is std times the number, plus mean.")
bool fill_mean_for_std(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    return fill_with(bend_mean_for_std, out, draw, rng, mean, std, n);
}

static void bend_with_rough_pi(float *first, float *second, float a, float b, float mean,
                               float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 2 * 3.14f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_rough_pi,
      "pi has too few digits here: acos(-1.0) gives them all.")
bool fill_rough_pi(float *out, word_source *draw, void *rng, float mean, float std,
                   size_t n)
{
    return fill_with(bend_with_rough_pi, out, draw, rng, mean, std, n);
}

static void bend_without_minus(float *first, float *second, float a, float b, float mean,
                               float std)
{
    const float r = sqrtf(2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(
    normal_fill, worked_example, fill_without_minus,
    "The minus is missing under the root: the logarithm is negative, and -2 times it is "
    "not.")
bool fill_without_minus(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n)
{
    return fill_with(bend_without_minus, out, draw, rng, mean, std, n);
}

static double fraction_of_halves(const uint32_t *w)
{
    return (double)(w[0] | w[1]) / 9007199254740992.0;
}

static void pair_of_lost_shift(float *first, float *second, const uint32_t *w, float mean,
                               float std)
{
    pair_in_double(first, second, fraction_of_halves(w + 2), fraction_of_halves(w), mean,
                   std);
}

WRONG(normal_fill, fewer_than_16, fill_few_without_shift,
      "The first of two words is not multiplied by 2^32: convert it to uint64_t before "
      "the shift.")
bool fill_few_without_shift(float *out, word_source *draw, void *rng, float mean,
                            float std, size_t n)
{
    return fill_with_pairs(pair_of_lost_shift, 4, out, draw, rng, mean, std, n);
}

static void pair_of_single_words(float *first, float *second, const uint32_t *w,
                                 float mean, float std)
{
    pair_in_double(first, second, (double)fraction(w[1]), (double)fraction(w[0]), mean,
                   std);
}

WRONG(normal_fill, fewer_than_16, fill_few_of_four_single_words,
      "Below 16 values a fraction has 53 bits, from two words.")
bool fill_few_of_four_single_words(float *out, word_source *draw, void *rng, float mean,
                                   float std, size_t n)
{
    return fill_with_pairs(pair_of_single_words, 4, out, draw, rng, mean, std, n);
}

static void pair_without_mean(float *first, float *second, const uint32_t *w, float mean,
                              float std)
{
    (void)mean;
    pair_in_double(first, second, fraction_53(w + 2), fraction_53(w), 0, std);
}

WRONG(normal_fill, fewer_than_16, fill_few_without_mean,
      "The mean is missing below 16 values.")
bool fill_few_without_mean(float *out, word_source *draw, void *rng, float mean,
                           float std, size_t n)
{
    return fill_with_pairs(pair_without_mean, 4, out, draw, rng, mean, std, n);
}

// -------------------------------------------------------------------- 2.4 mean_abs_cosine

typedef double pair_function(const float *x, const float *y, size_t d_model);

static double sum_of(pair_function *value, const float *rows, size_t n_rows,
                     size_t d_model)
{
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++)
            sum += value(rows + a * d_model, rows + b * d_model, d_model);
    return sum;
}

static double pairs_of(size_t n_rows)
{
    return 0.5 * (double)n_rows * ((double)n_rows - 1);
}

// A good mean_abs_cosine but for the value of a pair.
static float mean_with(pair_function *value, const float *rows, size_t n_rows,
                       size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)(sum_of(value, rows, n_rows, d_model) / pairs_of(n_rows));
}

static double size_of_cosine(const float *x, const float *y, size_t d_model)
{
    return fabs(cosine(x, y, d_model));
}

static double sum_of_pairs(const float *rows, size_t n_rows, size_t d_model)
{
    return sum_of(size_of_cosine, rows, n_rows, d_model);
}

// ---- zeros

static double unguarded(const float *x, const float *y, size_t d_model)
{
    return fabs(dot(x, y, d_model)) /
           (sqrt(dot(x, x, d_model)) * sqrt(dot(y, y, d_model)));
}

WRONG(mean_abs_cosine, zero_rows, mean_nan_without_columns,
      "Rows without a single number are rows of zeros: all cosines are 0.")
float mean_nan_without_columns(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows > 1 && d_model == 0 ? NAN
                                      : mean_with(size_of_cosine, rows, n_rows, d_model);
}

static double guarded_once(const float *x, const float *y, size_t d_model)
{
    return dot(x, x, d_model) > 0 ? unguarded(x, y, d_model) : 0;
}

WRONG(mean_abs_cosine, zero_rows, mean_checks_one_row,
      "This is 0 / 0: either row of a pair can be all zeros, and then its cosine is 0.")
float mean_checks_one_row(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(guarded_once, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, zero_rows, mean_nan_for_zeros,
      "This is 0 / 0: a row of zeros has no direction, and its cosine with any row is "
      "0.")
float mean_nan_for_zeros(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(unguarded, rows, n_rows, d_model);
}

static double one_for_zeros(const float *x, const float *y, size_t d_model)
{
    return dot(x, x, d_model) > 0 && dot(y, y, d_model) > 0
               ? size_of_cosine(x, y, d_model)
               : 1;
}

WRONG(mean_abs_cosine, zero_rows, mean_one_for_zeros,
      "A row of zeros has no direction: its cosine with any row is 0, not 1.")
float mean_one_for_zeros(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(one_for_zeros, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, zero_rows, mean_skips_zeros,
      "Pairs with a row of zeros count too, as 0.")
float mean_skips_zeros(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            pairs += dot(x, x, d_model) > 0 && dot(y, y, d_model) > 0;
            sum += fabs(cosine(x, y, d_model));
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

static double of_nonzero_sums(const float *x, const float *y, size_t d_model)
{
    double sum_x = 0, sum_y = 0;
    for (size_t i = 0; i < d_model; i++) {
        sum_x += (double)x[i];
        sum_y += (double)y[i];
    }
    return sum_x != 0 && sum_y != 0 ? fabs(cosine(x, y, d_model)) : 0;
}

WRONG(mean_abs_cosine, zero_rows, mean_of_nonzero_sums,
      "A row whose numbers add up to 0 is not a row of zeros: look at the squares.")
float mean_of_nonzero_sums(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(of_nonzero_sums, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, zero_rows, mean_stops_at_zeros,
      "One row of zeros does not make the whole mean 0: only its own pairs.")
float mean_stops_at_zeros(const float *rows, size_t n_rows, size_t d_model)
{
    for (size_t a = 0; a < n_rows; a++)
        if (!(dot(rows + a * d_model, rows + a * d_model, d_model) > 0))
            return 0;
    return mean_with(size_of_cosine, rows, n_rows, d_model);
}

// ---- numbers of every size

static double of_normal_rows(const float *x, const float *y, size_t d_model)
{
    return dot(x, x, d_model) < (double)FLT_MIN * (double)FLT_MIN ||
                   dot(y, y, d_model) < (double)FLT_MIN * (double)FLT_MIN
               ? 0
               : size_of_cosine(x, y, d_model);
}

WRONG(mean_abs_cosine, any_length, mean_of_normal_rows,
      "A row was taken for zeros because it is short: only zeros have no direction.")
float mean_of_normal_rows(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(of_normal_rows, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, large_sizes, mean_float_total,
      "The cosines were added up in float: small parts are lost on the way. Sum in "
      "double.")
float mean_float_total(const float *rows, size_t n_rows, size_t d_model)
{
    float sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++)
            sum += (float)fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows < 2 ? 0 : sum / (float)pairs_of(n_rows);
}

WRONG(mean_abs_cosine, any_length, mean_in_float,
      "The sums (or their products) are in float, which has 24 bits and a small range: "
      "do both in double.")
float mean_in_float(const float *rows, size_t n_rows, size_t d_model)
{
    float sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++) {
            float xy = 0, xx = 0, yy = 0;
            for (size_t i = 0; i < d_model; i++) {
                const float x = rows[a * d_model + i], y = rows[b * d_model + i];
                xy += x * y;
                xx += x * x;
                yy += y * y;
            }
            sum += xx > 0 && yy > 0 ? fabsf(xy) / (sqrtf(xx) * sqrtf(yy)) : 0;
        }
    return pairs > 0 ? sum / pairs : 0;
}

static double with_epsilon(const float *x, const float *y, size_t d_model)
{
    return fabs(dot(x, y, d_model)) /
           (sqrt(dot(x, x, d_model)) * sqrt(dot(y, y, d_model)) + 1e-8);
}

WRONG(mean_abs_cosine, any_length, mean_with_epsilon,
      "A small number was added to the lengths: short rows have a direction too.")
float mean_with_epsilon(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(with_epsilon, rows, n_rows, d_model);
}

static double of_long_rows(const float *x, const float *y, size_t d_model)
{
    return dot(x, x, d_model) < 1e-20 || dot(y, y, d_model) < 1e-20
               ? 0
               : size_of_cosine(x, y, d_model);
}

WRONG(mean_abs_cosine, any_length, mean_of_long_rows,
      "A row was taken for zeros because it is short: only zeros have no direction.")
float mean_of_long_rows(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(of_long_rows, rows, n_rows, d_model);
}

static double law_of_cosines(const float *x, const float *y, size_t d_model)
{
    double xx = dot(x, x, d_model), yy = dot(y, y, d_model), between = 0;
    for (size_t i = 0; i < d_model; i++)
        between += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
    return xx > 0 && yy > 0 ? fabs(xx + yy - between) / 2 / sqrt(xx) / sqrt(yy) : 0;
}

WRONG(mean_abs_cosine, any_length, mean_by_law_of_cosines,
      "From the distance of two rows the cosine cannot be had when one is much longer: "
      "take their dot product.")
float mean_by_law_of_cosines(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(law_of_cosines, rows, n_rows, d_model);
}

static double of_float_sums(const float *x, const float *y, size_t d_model)
{
    float xy = 0, xx = 0, yy = 0;
    for (size_t i = 0; i < d_model; i++) {
        xy += x[i] * y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
    }
    return xx > 0 && yy > 0 ? fabs((double)xy) / (sqrt((double)xx) * sqrt((double)yy))
                            : 0;
}

WRONG(mean_abs_cosine, large_sizes, mean_of_float_sums,
      "The sums (or their products) are in float, which has 24 bits and a small range: "
      "do both in double.")
float mean_of_float_sums(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(of_float_sums, rows, n_rows, d_model);
}

CAUGHT(mean_abs_cosine, random_tables, mean_rounded, "the mean: got")
float mean_rounded(const float *rows, size_t n_rows, size_t d_model)
{
    if (n_rows < 2)
        return 0;
    const double mean = sum_of_pairs(rows, n_rows, d_model) / pairs_of(n_rows);
    return (float)(floor(mean * 65536) / 65536);
}

// ---- the value of a pair

WRONG(mean_abs_cosine, closed_form, mean_with_signs,
      "The absolute value has to be taken of each cosine, before they are added.")
float mean_with_signs(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(cosine, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, random_tables, mean_abs_at_the_end,
      "The absolute value has to be taken of each cosine, before they are added.")
float mean_abs_at_the_end(const float *rows, size_t n_rows, size_t d_model)
{
    return fabsf(mean_with(cosine, rows, n_rows, d_model));
}

static double squared_cosine(const float *x, const float *y, size_t d_model)
{
    return cosine(x, y, d_model) * cosine(x, y, d_model);
}

WRONG(mean_abs_cosine, random_tables, mean_of_squares, "This is the mean of the squares.")
float mean_of_squares(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(squared_cosine, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, random_tables, mean_root_of_squares,
      "This is the root of the mean of the squares: |cos| is wanted.")
float mean_root_of_squares(const float *rows, size_t n_rows, size_t d_model)
{
    return sqrtf(mean_with(squared_cosine, rows, n_rows, d_model));
}

static double size_of_dot(const float *x, const float *y, size_t d_model)
{
    return fabs(dot(x, y, d_model));
}

WRONG(mean_abs_cosine, worked_example, mean_dot_products,
      "These are dot products: divide each by both lengths.")
float mean_dot_products(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(size_of_dot, rows, n_rows, d_model);
}

static double over_one_length(const float *x, const float *y, size_t d_model)
{
    const double length = sqrt(dot(x, x, d_model));
    return length > 0 ? fabs(dot(x, y, d_model)) / length : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_one_length, "Only one length is divided by.")
float mean_one_length(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(over_one_length, rows, n_rows, d_model);
}

static double over_squares(const float *x, const float *y, size_t d_model)
{
    const double squares = dot(x, x, d_model) * dot(y, y, d_model);
    return squares > 0 ? fabs(dot(x, y, d_model)) / squares : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_over_squares,
      "The lengths are still squared: take their square roots.")
float mean_over_squares(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(over_squares, rows, n_rows, d_model);
}

static double angle_of(const float *x, const float *y, size_t d_model)
{
    return acos(fmax(-1, fmin(1, cosine(x, y, d_model))));
}

WRONG(mean_abs_cosine, random_tables, mean_of_angles,
      "These are angles: the cosines themselves are wanted.")
float mean_of_angles(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(angle_of, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, random_tables, mean_of_distances, "This is 1 minus the mean.")
float mean_of_distances(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0 : 1 - mean_with(size_of_cosine, rows, n_rows, d_model);
}

// ---- which pairs, and how many

WRONG(mean_abs_cosine, stays_in_bounds, mean_with_itself,
      "Each row was also paired with itself: that cosine is always 1.")
float mean_with_itself(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 0; b < n_rows; b++)
        for (size_t a = 0; a <= b; a++, pairs++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows > 1 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, worked_example, mean_over_the_square,
      "Each row was also paired with itself: that cosine is always 1.")
float mean_over_the_square(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t b = 0; b < n_rows; b++)
        for (size_t a = 0; a < n_rows; a++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows * n_rows)) : 0;
}

WRONG(mean_abs_cosine, worked_example, mean_itself_not_counted,
      "Each row was also paired with itself, and not counted.")
float mean_itself_not_counted(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)((sum_of_pairs(rows, n_rows, d_model) + (double)n_rows) /
                                pairs_of(n_rows));
}

WRONG(mean_abs_cosine, worked_example, mean_is_a_sum,
      "This is the sum: divide by the number of pairs, n (n - 1) / 2.")
float mean_is_a_sum(const float *rows, size_t n_rows, size_t d_model)
{
    return (float)sum_of_pairs(rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, random_tables, mean_over_rows,
      "Divided by n: there are n (n - 1) / 2 pairs.")
float mean_over_rows(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0 : (float)(sum_of_pairs(rows, n_rows, d_model) / (double)n_rows);
}

WRONG(mean_abs_cosine, random_tables, mean_over_n_squared,
      "Divided by n squared: there are n (n - 1) / 2 pairs.")
float mean_over_n_squared(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)(sum_of_pairs(rows, n_rows, d_model) / (double)(n_rows * n_rows));
}

WRONG(mean_abs_cosine, random_tables, mean_over_half_n_squared,
      "Divided by half of n squared: there are n (n - 1) / 2 pairs.")
float mean_over_half_n_squared(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)(2 * sum_of_pairs(rows, n_rows, d_model) /
                                (double)(n_rows * n_rows));
}

WRONG(mean_abs_cosine, worked_example, mean_counted_twice,
      "This is half of it: each pair is counted once, there are n (n - 1) / 2.")
float mean_counted_twice(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(size_of_cosine, rows, n_rows, d_model) / 2;
}

WRONG(mean_abs_cosine, worked_example, mean_added_twice,
      "This is twice as much: each pair is counted once, there are n (n - 1) / 2.")
float mean_added_twice(const float *rows, size_t n_rows, size_t d_model)
{
    return 2 * mean_with(size_of_cosine, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, worked_example, mean_of_neighbours,
      "Pairs are left out: each row meets all others, not only its neighbour "
      "or the first row.")
float mean_of_neighbours(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t a = 0; a + 1 < n_rows; a++)
        sum += fabs(cosine(rows + a * d_model, rows + (a + 1) * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows - 1)) : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_with_the_first,
      "Pairs are left out: each row meets all others, not only its neighbour "
      "or the first row.")
float mean_with_the_first(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        sum += fabs(cosine(rows, rows + b * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows - 1)) : 0;
}

WRONG(mean_abs_cosine, worked_example, mean_by_columns,
      "Row a begins at rows + a * d_model: this reads the table by columns.")
float mean_by_columns(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++) {
            double xy = 0, xx = 0, yy = 0;
            for (size_t i = 0; i < d_model; i++) {
                const double x = (double)rows[i * n_rows + a],
                             y = (double)rows[i * n_rows + b];
                xy += x * y;
                xx += x * x;
                yy += y * y;
            }
            sum += xx > 0 && yy > 0 ? fabs(xy) / (sqrt(xx) * sqrt(yy)) : 0;
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_skips_equal_rows,
      "Two rows that hold the same numbers are a pair like any other.")
float mean_skips_equal_rows(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            if (memcmp(x, y, d_model * sizeof *x) == 0)
                continue;
            sum += fabs(cosine(x, y, d_model));
            pairs++;
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, fewer_than_two_rows, mean_of_three_at_least,
      "Two rows make one pair: only fewer than two give 0.")
float mean_of_three_at_least(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows <= 2 ? 0 : mean_with(size_of_cosine, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, fewer_than_two_rows, mean_divides_by_no_pairs,
      "This is 0 / 0: with no pair, give 0.")
float mean_divides_by_no_pairs(const float *rows, size_t n_rows, size_t d_model)
{
    return (float)(sum_of_pairs(rows, n_rows, d_model) / pairs_of(n_rows));
}

WRONG(mean_abs_cosine, fewer_than_two_rows, mean_one_for_one_row,
      "A row alone makes no pair: give 0, not 1.")
float mean_one_for_one_row(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows == 1 ? 1 : mean_with(size_of_cosine, rows, n_rows, d_model);
}

CAUGHT(mean_abs_cosine, fewer_than_two_rows, mean_of_no_rows, "mean_abs_cosine")
float mean_of_no_rows(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t a = 0; a < n_rows - 1; a++) // with no rows this is the largest size_t
        for (size_t b = a + 1; b < n_rows || (n_rows == 0 && b < 9); b++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows < 2 ? 0 : (float)(sum / pairs_of(n_rows));
}

// ---- sizes, and memory

CAUGHT(mean_abs_cosine, large_sizes, mean_of_1000_rows, "the mean: got")
float mean_of_1000_rows(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(size_of_cosine, rows, n_rows < 1000 ? n_rows : 1000, d_model);
}

CAUGHT(mean_abs_cosine, large_sizes, mean_of_4096_columns, "the mean: got")
float mean_of_4096_columns(const float *rows, size_t n_rows, size_t d_model)
{
    const size_t used = d_model < 4096 ? d_model : 4096;
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, used));
    return n_rows < 2 ? 0 : (float)(sum / pairs_of(n_rows));
}

WRONG(mean_abs_cosine, large_sizes, mean_counts_in_16_bits,
      "The pairs were counted in 16 bits: 1031 rows make more than half a million.")
float mean_counts_in_16_bits(const float *rows, size_t n_rows, size_t d_model)
{
    const uint16_t pairs = (uint16_t)(n_rows * (n_rows - 1) / 2);
    return n_rows < 2 ? 0 : (float)(sum_of_pairs(rows, n_rows, d_model) / pairs);
}

CAUGHT(mean_abs_cosine, random_tables, mean_kept, "keeps something from call to call")
float mean_kept(const float *rows, size_t n_rows, size_t d_model)
{
    static const float *of;
    static size_t n, d;
    static float mean;
    if (of != rows || n != n_rows || d != d_model)
        mean = mean_with(size_of_cosine, rows, n_rows, d_model);
    of = rows, n = n_rows, d = d_model;
    return mean;
}

CAUGHT(mean_abs_cosine, random_tables, mean_keeps_the_length,
       "keeps something from call to call")
float mean_keeps_the_length(const float *rows, size_t n_rows, size_t d_model)
{
    static const float *of;
    static double length;
    if (of != rows || length <= 0)
        length = sqrt(dot(rows, rows, d_model));
    of = rows;
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++) {
        const float *y = rows + b * d_model;
        const double other = sqrt(dot(y, y, d_model));
        sum += length > 0 && other > 0 ? fabs(dot(rows, y, d_model)) / length / other : 0;
        for (size_t a = 1; a < b; a++)
            sum += size_of_cosine(rows + a * d_model, y, d_model);
    }
    return n_rows < 2 ? 0 : (float)(sum / pairs_of(n_rows));
}

CAUGHT(mean_abs_cosine, stays_in_bounds, mean_one_row_more, "past the end of rows")
float mean_one_row_more(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)(sum_of_pairs(rows, n_rows + 1, d_model) / pairs_of(n_rows));
}

CAUGHT(mean_abs_cosine, worked_example, mean_normalises_in_place, "which is const")
float mean_normalises_in_place(const float *rows, size_t n_rows, size_t d_model)
{
    float *unit = (float *)(uintptr_t)rows;
    for (size_t a = 0; a < n_rows; a++) {
        const double length = sqrt(dot(unit + a * d_model, unit + a * d_model, d_model));
        for (size_t i = 0; i < d_model && length > 0; i++)
            unit[a * d_model + i] = (float)((double)unit[a * d_model + i] / length);
    }
    return mean_with(size_of_dot, unit, n_rows, d_model);
}

WRONG(
    mean_abs_cosine, any_length, mean_of_rounded_units,
    "The rows were divided by their lengths and rounded to float before the sums: near a "
    "right angle only the rounding is left.")
float mean_of_rounded_units(const float *rows, size_t n_rows, size_t d_model)
{
    float *units = calloc(n_rows * d_model + 1, sizeof *units);
    for (size_t r = 0; units != NULL && r < n_rows; r++) {
        double squares = 0.0;
        for (size_t i = 0; i < d_model; i++)
            squares += (double)rows[r * d_model + i] * (double)rows[r * d_model + i];
        for (size_t i = 0; i < d_model && squares > 0.0; i++)
            units[r * d_model + i] =
                (float)((double)rows[r * d_model + i] / sqrt(squares));
    }
    double sum = 0.0;
    for (size_t b = 0; units != NULL && b < n_rows; b++)
        for (size_t a = 0; a < b; a++) {
            double dot = 0.0;
            for (size_t i = 0; i < d_model; i++)
                dot += (double)units[a * d_model + i] * (double)units[b * d_model + i];
            sum += fabs(dot);
        }
    free(units);
    return n_rows < 2 ? 0.0f : (float)(2 * sum / (double)n_rows / (double)(n_rows - 1));
}

WRONG(mean_abs_cosine, worked_example, mean_of_all_over_half_n_squared,
      "Each pair is counted twice, and the divisor is half of n squared: there are "
      "n (n - 1) / 2 pairs, each once.")
float mean_of_all_over_half_n_squared(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)(2 * sum_of_pairs(rows, n_rows, d_model) /
                                (0.5 * (double)(n_rows * n_rows)));
}

// Of three rows this is the sum over n - 1, too.
WRONG(mean_abs_cosine, worked_example, mean_of_all_over_whole_half,
      "The divisor is not the number of pairs: there are n (n - 1) / 2, each counted "
      "once.")
float mean_of_all_over_whole_half(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)(2 * sum_of_pairs(rows, n_rows, d_model) /
                                (double)(n_rows * n_rows / 2));
}

WRONG(mean_abs_cosine, worked_example, mean_over_whole_half,
      "Divided by half of n squared: there are n (n - 1) / 2 pairs.")
float mean_over_whole_half(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0
                      : (float)(sum_of_pairs(rows, n_rows, d_model) /
                                (double)(n_rows * n_rows / 2));
}

WRONG(mean_abs_cosine, worked_example, mean_of_all_and_itself,
      "Each row is paired with itself, and each pair counted twice: b begins at a + 1.")
float mean_of_all_and_itself(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)((2 * sum_of_pairs(rows, n_rows, d_model) + (double)n_rows) /
                         pairs_of(n_rows));
}

WRONG(mean_abs_cosine, worked_example, mean_of_itself_too,
      "Each row is paired with itself, and not counted: b is never a.")
float mean_of_itself_too(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)((2 * sum_of_pairs(rows, n_rows, d_model) + (double)n_rows) /
                         pairs_of(n_rows) / 2);
}

WRONG(mean_abs_cosine, worked_example, mean_over_one_less,
      "The divisor is not the number of pairs: there are n (n - 1) / 2, each counted "
      "once.")
float mean_over_one_less(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)(sum_of_pairs(rows, n_rows, d_model) / ((double)n_rows - 1));
}

WRONG(mean_abs_cosine, worked_example, mean_over_zero_pairs,
      "The number of pairs is 0 here: 1 / 2 in whole numbers is 0.")
float mean_over_zero_pairs(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2
               ? 0
               : (float)(sum_of_pairs(rows, n_rows, d_model) / (double)(n_rows / 2 * 0));
}

WRONG(mean_abs_cosine, worked_example, mean_without_the_first,
      "The first row is in no pair: a runs from 0.")
float mean_without_the_first(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0 : mean_abs_cosine(rows + d_model, n_rows - 1, d_model);
}

WRONG(mean_abs_cosine, worked_example, mean_without_the_last,
      "The last row is in no pair: b runs to n - 1.")
float mean_without_the_last(const float *rows, size_t n_rows, size_t d_model)
{
    return n_rows < 2 ? 0 : mean_abs_cosine(rows, n_rows - 1, d_model);
}

static double cut_to_whole(const float *x, const float *y, size_t d_model)
{
    return (double)abs((int)cosine(x, y, d_model));
}

WRONG(mean_abs_cosine, worked_example, mean_of_whole_cosines,
      "abs() takes an int, and nearly every cosine is cut to 0: fabs() is for doubles.")
float mean_of_whole_cosines(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_with(cut_to_whole, rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, worked_example, mean_of_rows_one_apart,
      "Row a begins at rows + a * d_model, not at rows + a.")
float mean_of_rows_one_apart(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t b = 1; b < n_rows && d_model > 0; b++)
        for (size_t a = 0; a < b; a++)
            sum += size_of_cosine(rows + a, rows + b, d_model);
    return n_rows < 2 ? 0 : (float)(sum / pairs_of(n_rows));
}

WRONG(mean_abs_cosine, worked_example, mean_of_sums_that_go_on,
      "The sums of one pair go on in the next: set all three to 0 for each pair.")
float mean_of_sums_that_go_on(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, xy = 0, xx = 0, yy = 0;
    for (size_t a = 0; a < n_rows; a++)
        for (size_t b = a + 1; b < n_rows; b++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            xy += dot(x, y, d_model);
            xx += dot(x, x, d_model);
            yy += dot(y, y, d_model);
            sum += xx > 0 && yy > 0 ? fabs(xy) / (sqrt(xx) * sqrt(yy)) : 0;
        }
    return n_rows < 2 ? 0 : (float)(sum / pairs_of(n_rows));
}

// ----------------------------------------------------------------- blocks, and near to 1

WRONG(mean_abs_cosine, random_tables, mean_nearly_one_is_one,
      "Rows that point nearly the same way are taken for parallel ones.")
float mean_nearly_one_is_one(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            double xy = 0, xx = 0, yy = 0;
            for (size_t i = 0; i < d_model; i++) {
                xy += (double)x[i] * (double)y[i];
                xx += (double)x[i] * (double)x[i];
                yy += (double)y[i] * (double)y[i];
            }
            const double cosine = xx > 0 && yy > 0 ? fabs(xy) / sqrt(xx) / sqrt(yy) : 0;
            sum += cosine > 0.99999 ? 1 : cosine;
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_blocks_one_short,
      "Where the rows are a whole number of blocks of 16, the last one has no pairs.")
float mean_blocks_one_short(const float *rows, size_t n_rows, size_t d_model)
{
    const size_t taken = n_rows - (n_rows > 0 && n_rows % 16 == 0);
    const double pairs = 0.5 * (double)n_rows * ((double)n_rows - 1),
                 pairs_taken = 0.5 * (double)taken * ((double)taken - 1);
    return n_rows < 2 ? 0
                      : (float)((double)mean_abs_cosine(rows, taken, d_model) *
                                pairs_taken / pairs);
}

// ------------------------------------------- blocks, ends and middles, and what is kept

CAUGHT(mt19937_next, by_turns, next_tempered_by_place, "when the program had")
bool next_tempered_by_place(uint32_t *word, uint32_t *state, size_t *next)
{
    static uint32_t tempered[624];
    static const uint32_t *of;
    static size_t expected;
    if (*next > 624)
        return false;
    const bool is_used_up = *next == 624;
    if (is_used_up) {
        stir(state);
        *next = 0;
    }
    if (is_used_up || of != state || expected != *next)
        for (size_t k = 0; k < 624; k++)
            tempered[k] = temper(state[k]);
    *word = tempered[(*next)++];
    of = state;
    expected = *next;
    return true;
}

CAUGHT(uniform_float, single_bits, uniform_kept_by_low_bits,
       "keeps nothing from call to call")
float uniform_kept_by_low_bits(uint32_t word)
{
    static float kept[1 << 16];
    static bool is_kept[1 << 16];
    const uint32_t at = word & 0xffff;
    if (!is_kept[at])
        kept[at] = fraction(word);
    is_kept[at] = true;
    return kept[at];
}

CAUGHT(normal_fill, fraction_of_zero, fill_near_is_nowhere, "got")
bool fill_near_is_nowhere(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    uint32_t w[16];
    if (!(std >= 0.0f))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t at = 0; at < n; at += 16) {
        if (at + 16 > n && !draw(w, rng, n % 16))
            return false;
        at = at + 16 > n ? n - 16 : at;
        if (!draw(w, rng, 16))
            return false;
        for (size_t j = 0; j < 8; j++)
            w[j] = fraction(w[j]) < 1e-6f ? 0 : w[j];
        block_of_16(out + at, w, mean, std);
    }
    return true;
}

CAUGHT(normal_fill, fraction_of_zero, fill_few_near_is_nowhere, "got")
bool fill_few_near_is_nowhere(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    if (!(std >= 0.0f) || n >= 16)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i += 2) {
        uint32_t w[4];
        if (!draw(w, rng, 4))
            return false;
        const double u = fraction_53(w + 2) < 1e-9 ? 0 : fraction_53(w + 2);
        const double r = sqrt(-2 * log1p(-u)), a = 2 * acos(-1.0) * fraction_53(w);
        out[i] = (float)(r * cos(a) * (double)std + (double)mean);
        if (i + 1 < n)
            out[i + 1] = (float)(r * sin(a) * (double)std + (double)mean);
    }
    return true;
}

CAUGHT(normal_fill, rounds_at_the_end, fill_few_of_float_sines, "got")
bool fill_few_of_float_sines(float *out, word_source *draw, void *rng, float mean,
                             float std, size_t n)
{
    if (!(std >= 0.0f) || n >= 16)
        return fill(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i += 2) {
        uint32_t w[4];
        if (!draw(w, rng, 4))
            return false;
        const double r = sqrt(-2 * log1p(-fraction_53(w + 2)));
        const double a = 2 * acos(-1.0) * fraction_53(w);
        const float of_sine = (float)(r * sin(a));
        out[i] = (float)(r * cos(a) * (double)std + (double)mean);
        if (i + 1 < n)
            out[i + 1] = (float)((double)of_sine * (double)std + (double)mean);
    }
    return true;
}

CAUGHT(normal_fill, every_length, fill_of_48_short, "got")
bool fill_of_48_short(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    const bool good = fill(out, draw, rng, mean, std, n);
    if (good && n == 48)
        out[n - 1] = mean;
    return good;
}

CAUGHT(normal_fill, every_length, fill_of_128_short, "got")
bool fill_of_128_short(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    const bool good = fill(out, draw, rng, mean, std, n);
    if (good && n > 0 && n % 128 == 0)
        out[n - 1] = mean;
    return good;
}

// The mean over the pairs, but for those that a function leaves out, as 0.
typedef bool left_out(const float *x, const float *y, size_t d_model);

static float mean_without(left_out *is_left_out, const float *rows, size_t n_rows,
                          size_t d_model, size_t width)
{
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            if (is_left_out == NULL || !is_left_out(x, y, d_model))
                sum += fabs(cosine(x, y, width));
        }
    return n_rows < 2 ? 0.0f
                      : (float)(sum / (0.5 * (double)n_rows * ((double)n_rows - 1)));
}

CAUGHT(mean_abs_cosine, random_tables, mean_of_48_columns_short, "the mean: got")
float mean_of_48_columns_short(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(NULL, rows, n_rows, d_model, d_model - (d_model == 48));
}

CAUGHT(mean_abs_cosine, random_tables, mean_of_128_columns_short, "the mean: got")
float mean_of_128_columns_short(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(NULL, rows, n_rows, d_model,
                        d_model - (d_model > 0 && d_model % 128 == 0));
}

CAUGHT(mean_abs_cosine, random_tables, mean_of_100_rows, "the mean: got")
float mean_of_100_rows(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(NULL, rows, n_rows < 100 ? n_rows : 100, d_model, d_model);
}

static bool have_the_same_ends(const float *x, const float *y, size_t d)
{
    return d > 2 && x[0] == y[0] && x[d - 1] == y[d - 1];
}

CAUGHT(mean_abs_cosine, random_tables, mean_skips_the_same_ends, "the mean: got")
float mean_skips_the_same_ends(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(have_the_same_ends, rows, n_rows, d_model, d_model);
}

static bool begins_with_zeros(const float *x, const float *y, size_t d)
{
    return d > 2 && ((x[0] == 0 && x[1] == 0 && x[2] == 0) ||
                     (y[0] == 0 && y[1] == 0 && y[2] == 0));
}

CAUGHT(mean_abs_cosine, random_tables, mean_zero_by_its_beginning, "the mean: got")
float mean_zero_by_its_beginning(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(begins_with_zeros, rows, n_rows, d_model, d_model);
}

static bool is_nearly_across(const float *x, const float *y, size_t d)
{
    return fabs(cosine(x, y, d)) < 1e-9;
}

CAUGHT(mean_abs_cosine, any_length, mean_of_small_is_none, "the mean: got 0")
float mean_of_small_is_none(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(is_nearly_across, rows, n_rows, d_model, d_model);
}

static bool has_a_long_one(const float *x, const float *y, size_t d)
{
    return dot(x, x, d) > 1e77 || dot(y, y, d) > 1e77;
}

CAUGHT(mean_abs_cosine, any_length, mean_of_long_is_none, "the mean: got")
float mean_of_long_is_none(const float *rows, size_t n_rows, size_t d_model)
{
    return mean_without(has_a_long_one, rows, n_rows, d_model, d_model);
}

CAUGHT(mean_abs_cosine, random_tables, mean_kept_by_its_ends, "when the program had")
float mean_kept_by_its_ends(const float *rows, size_t n_rows, size_t d_model)
{
    static const float *of;
    static size_t n, d;
    static float first, last, kept;
    const size_t end = n_rows * d_model;
    if (end == 0)
        return 0.0f;
    if (of != rows || n != n_rows || d != d_model || first != rows[0] ||
        last != rows[end - 1])
        kept = mean_without(NULL, rows, n_rows, d_model, d_model);
    of = rows, n = n_rows, d = d_model, first = rows[0], last = rows[end - 1];
    return kept;
}

WRONG(mt19937_next, any_seed, next_stirs_where_zero,
      "A state that begins with 0 is stirred although words are left: zeros are words "
      "like any other.")
bool next_stirs_where_zero(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next < 624 && state[0] == 0)
        *next = 624;
    return next_with(stir, temper, word, state, next);
}

CAUGHT(normal_fill, every_length, fill_standard_has_a_tail, "mean 0, std 1, n 16")
bool fill_standard_has_a_tail(float *out, word_source *draw, void *rng, float mean,
                              float std, size_t n)
{
    uint32_t words[16];
    if (n < 16 || n % 16 > 0 || mean != 0 || std != 1)
        return normal_fill(out, draw, rng, mean, std, n);
    return normal_fill(out, draw, rng, mean, std, n) && draw(words, rng, 16) &&
           (block_of_16(out + n - 16, words, mean, std), true);
}
