// Wrong answers to the exercises of chapter 2, each as somebody really writes it.
//
// Each stands in its own #ifdef and names the test that must fail and words that the failing
// test's message must hold. build/prove links one of them at a time before the solutions, so
// the other exercises stay solved, and must pass.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline uint32_t mixture(uint32_t here, uint32_t after)
{
    return (here & 0x80000000u) | (after & 0x7fffffffu);
}

static inline uint32_t halved(uint32_t mixed)
{
    return mixed >> 1 ^ (mixed & 1 ? 0x9908b0dfu : 0);
}

static inline void stir(uint32_t *state)
{
    for (size_t k = 0; k < 624; k++)
        state[k] =
            state[(k + 397) % 624] ^ halved(mixture(state[k], state[(k + 1) % 624]));
}

static inline uint32_t temper(uint32_t y)
{
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ y >> 18;
}

static inline float fraction(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777216.0f;
}

static inline double fraction_53(const uint32_t *w)
{
    const uint64_t both = (uint64_t)w[0] << 32 | w[1];
    return (double)(both & (((uint64_t)1 << 53) - 1)) / 9007199254740992.0;
}

static inline void block_of_16(float *out, const uint32_t *w, float mean, float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float radius = sqrtf(-2 * logf(1 - fraction(w[j])));
        const float angle = 6.2831853f * fraction(w[j + 8]);
        out[j] = radius * cosf(angle) * std + mean;
        out[j + 8] = radius * sinf(angle) * std + mean;
    }
}

static inline bool few(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
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
static inline bool blocks(float *out, word_source *draw, void *rng, float mean, float std,
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
static inline bool tail(float *out, word_source *draw, void *rng, float mean, float std,
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

static inline double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static inline double cosine(const float *a, const float *b, size_t n)
{
    const double lengths = sqrt(dot(a, a, n)) * sqrt(dot(b, b, n));
    return lengths > 0 ? dot(a, b, n) / lengths : 0;
}

// ----------------------------------------------------------------------- 2.1 mt19937_next

WRONG(mt19937_next, any_seed, next_not_tempered,
      "These words are not tempered: the four lines y ^= ... are missing.")
bool next_not_tempered(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    *word = state[(*next)++];
    return true;
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

WRONG(mt19937_next, first_words, next_bits_exchanged,
      "The mixture is made of the wrong parts: the top bit is that of s[k], the other "
      "31 are those of s[k + 1].")
bool next_bits_exchanged(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++)
            state[k] =
                state[(k + 397) % 624] ^ halved(mixture(state[(k + 1) % 624], state[k]));
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_constant_when_even,
      "9908b0df comes in when the bit that falls out is a 1, not when it is a 0.")
bool next_constant_when_even(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++) {
            const uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
            state[k] =
                state[(k + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 ? 0 : 0x9908b0dfu);
        }
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_bit_looked_at_too_late,
      "The bit that falls out was looked for after the shift, when it is gone: look at "
      "the mixture first.")
bool next_bit_looked_at_too_late(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++) {
            uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
            mixed >>= 1; // and now the bit that fell out is gone
            state[k] = state[(k + 397) % 624] ^ mixed ^ (mixed & 1 ? 0x9908b0dfu : 0);
        }
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_odd_word,
      "The bit that falls out is the last bit of the mixture, not that of s[k].")
bool next_odd_word(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++) {
            const uint32_t mixed = mixture(state[k], state[(k + 1) % 624]);
            state[k] =
                state[(k + 397) % 624] ^ mixed >> 1 ^ (state[k] & 1 ? 0x9908b0dfu : 0);
        }
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_constant_never,
      "9908b0df never comes in: it does when the bit that falls out is a 1.")
bool next_constant_never(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++)
            state[k] =
                state[(k + 397) % 624] ^ mixture(state[k], state[(k + 1) % 624]) >> 1;
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, first_words, next_off_by_one,
      "The word ahead is s[k + 397], not s[k + 396].")
bool next_off_by_one(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++)
            state[k] =
                state[(k + 396) % 624] ^ halved(mixture(state[k], state[(k + 1) % 624]));
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

WRONG(mt19937_next, long_stream, next_from_a_copy,
      "The state is stirred in place: from k = 227 on, s[k + 397 - 624] is a new word "
      "already, and so is s[0] for k = 623.")
bool next_from_a_copy(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        uint32_t old[624];
        memcpy(old, state, sizeof old);
        for (size_t k = 0; k < 624; k++)
            state[k] = old[(k + 397) % 624] ^ halved(mixture(old[k], old[(k + 1) % 624]));
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
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

WRONG(mt19937_next, first_words, next_masks_exchanged,
      "The two masks of the tempering are exchanged: 9d2c5680 goes with << 7, efc60000 "
      "with << 15.")
bool next_masks_exchanged(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    uint32_t y = state[(*next)++];
    y ^= y >> 11;
    y ^= (y << 7) & 0xefc60000u;
    y ^= (y << 15) & 0x9d2c5680u;
    *word = y ^ y >> 18;
    return true;
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

CAUGHT(mt19937_next, refuses_unseeded, next_takes_anything, "must return false here")
bool next_takes_anything(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next >= 624) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

CAUGHT(mt19937_next, refuses_unseeded, next_writes_then_refuses, "must stay untouched")
bool next_writes_then_refuses(uint32_t *word, uint32_t *state, size_t *next)
{
    *word = 0;
    if (*next > 624)
        return false;
    if (*next == 624) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}

// ---------------------------------------------------------------------- 2.2 uniform_float

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

WRONG(uniform_float, never_one, uniform_one_too_small,
      "No fraction is 1, and the largest is 16777215 / 16777216: keep 24 bits, divide "
      "by 2^24.")
float uniform_one_too_small(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777215.0f;
}

WRONG(uniform_float, single_bits, uniform_23_bits,
      "Only 23 bits are kept: the mask is 0xffffff.")
float uniform_23_bits(uint32_t word)
{
    return (float)(word & 0x7fffff) / 8388608.0f;
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

// ------------------------------------------------------------------------ 2.3 normal_fill

WRONG(normal_fill, torch_table, fill_no_tail,
      "The last n mod 16 places are left over: they are made by a tail of 16 new words.")
bool fill_no_tail(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, torch_table, fill_tail_not_skipped,
      "The tail comes too early: n mod 16 words are drawn and thrown away before its "
      "16.")
bool fill_tail_not_skipped(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    if (!blocks(out, draw, rng, mean, std, n))
        return false;
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, 16))
        return false;
    block_of_16(out + n - 16, w, mean, std);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_from_full_block,
      "The tail's block must be made of the 16 words that come after the n mod 16 "
      "wasted ones.")
bool fill_tail_from_full_block(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    float block[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    if (!blocks(out, draw, rng, mean, std, n))
        return false;
    if (n % 16 == 0)
        return true;
    if (!draw(w, rng, 16))
        return false;
    block_of_16(block, w, mean, std);
    memcpy(out + n - n % 16, block, n % 16 * sizeof *out);
    return true;
}

WRONG(normal_fill, torch_table, fill_tail_as_pairs,
      "The tail went the road of small n: it is a block of 16, at places n - 16 to n - "
      "1.")
bool fill_tail_as_pairs(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    return blocks(out, draw, rng, mean, std, n) &&
           few(out + n - n % 16, draw, rng, mean, std, n % 16);
}

WRONG(normal_fill, fewer_than_16, fill_block_for_few,
      "Fewer than 16 values do not come from a block: they are made pair by pair, in "
      "double, four words a pair.")
bool fill_block_for_few(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n >= 16 || n == 0)
        return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
    uint32_t w[16];
    float block[16];
    if (!draw(w, rng, 16))
        return false;
    block_of_16(block, w, mean, std);
    memcpy(out, block, n * sizeof *out);
    return true;
}

WRONG(normal_fill, fewer_than_16, fill_few_not_exchanged,
      "Below 16 values the parts are exchanged: the first fraction gives the direction, "
      "the second the distance.")
bool fill_few_not_exchanged(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[4];
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i += 2) {
        if (!draw(w, rng, 4))
            return false;
        const double radius = sqrt(-2 * log(1 - fraction_53(w)));
        const double angle = 6.283185307179586 * fraction_53(w + 2);
        out[i] = (float)(radius * cos(angle) * (double)std + (double)mean);
        if (i + 1 < n)
            out[i + 1] = (float)(radius * sin(angle) * (double)std + (double)mean);
    }
    return true;
}

WRONG(normal_fill, fewer_than_16, fill_few_in_float,
      "Below 16 values a fraction has 53 bits, from two words.")
bool fill_few_in_float(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[2];
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i += 2) {
        if (!draw(w, rng, 2))
            return false;
        const float angle = 6.2831853f * fraction(w[0]);
        const float radius = sqrtf(-2 * logf(1 - fraction(w[1])));
        out[i] = radius * cosf(angle) * std + mean;
        if (i + 1 < n)
            out[i + 1] = radius * sinf(angle) * std + mean;
    }
    return true;
}

CAUGHT(normal_fill, fewer_than_16, fill_few_one_by_one, "out[1]")
bool fill_few_one_by_one(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[4];
    if (!(std >= 0))
        return false;
    if (n >= 16)
        return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
    for (size_t i = 0; i < n; i++) { // the sine is never used
        if (!draw(w, rng, 4))
            return false;
        const double radius = sqrt(-2 * log(1 - fraction_53(w + 2)));
        out[i] = (float)(radius * cos(6.283185307179586 * fraction_53(w)) * (double)std +
                         (double)mean);
    }
    return true;
}

CAUGHT(normal_fill, stays_in_bounds, fill_few_past_the_end, "past the end of out")
bool fill_few_past_the_end(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n + n % 2);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, worked_example, fill_pair_neighbours,
      "The pairs are j and j + 8, not 2j and 2j + 1.")
bool fill_pair_neighbours(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
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
        for (size_t j = 0; j < 16; j += 2) {
            const float radius = sqrtf(-2 * logf(1 - fraction(w[j])));
            const float angle = 6.2831853f * fraction(w[j + 1]);
            out[start + j] = radius * cosf(angle) * std + mean;
            out[start + j + 1] = radius * sinf(angle) * std + mean;
        }
    }
    return true;
}

// Two values from two fractions: a from word j, b from word j + 8.
typedef void bend_function(float *first, float *second, float a, float b, float mean,
                           float std);

// A good normal_fill but for its arithmetic.
static inline bool fill_with(bend_function *bend, float *out, word_source *draw,
                             void *rng, float mean, float std, size_t n)
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

static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, torch_table, fill_log_of_u,
      "This takes the logarithm of u: PyTorch takes that of 1 - u.")
bool fill_log_of_u(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * sinf(angle) * std + mean;
    *second = r * cosf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_sin_cos_exchanged,
      "Sine and cosine are exchanged: the cosine comes first.")
bool fill_sin_cos_exchanged(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, worked_example, fill_radius_without_2,
      "The distance is sqrt(-2 ln(1 - u)): the 2 is missing.")
bool fill_radius_without_2(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
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
    return fill_with(bend, out, draw, rng, mean, std, n);
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
        for (size_t j = 0; j < 8; j++) {
            const float u = (float)w[j] / 4294967296.0f,
                        v = (float)w[j + 8] / 4294967296.0f;
            const float radius = sqrtf(-2 * logf(1 - u)), angle = 6.2831853f * v;
            out[start + j] = radius * cosf(angle) * std + mean;
            out[start + j + 8] = radius * sinf(angle) * std + mean;
        }
    }
    return true;
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(a > 0 ? 1 - a : 0)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

WRONG(normal_fill, fraction_of_zero, fill_log_of_zero,
      "The fraction 0 does occur, and ln 0 is minus infinity: that is why the formula "
      "has 1 - u.")
bool fill_log_of_zero(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}

static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 2 * 3.14159f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

CAUGHT(normal_fill, every_length, fill_coarse_pi, "elements differ")
bool fill_coarse_pi(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, refuses_bad_std, fill_takes_any_std, "must return false here")
bool fill_takes_any_std(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, refuses_bad_std, fill_takes_nan, "std is not a number")
bool fill_takes_nan(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (std < 0)
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, no_values, fill_refuses_zero_std, "refuses good input")
bool fill_refuses_zero_std(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std > 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

CAUGHT(normal_fill, no_values, fill_draws_for_nothing, "for no values at all")
bool fill_draws_for_nothing(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n == 0)
        return draw(w, rng, 16);
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}

WRONG(normal_fill, source_runs_dry, fill_trusts_the_source,
      "normal_fill must return false here: draw returned false.")
bool fill_trusts_the_source(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16) {
        few(out, draw, rng, mean, std, n);
        return true;
    }
    blocks(out, draw, rng, mean, std, n);
    tail(out, draw, rng, mean, std, n);
    return true;
}

CAUGHT(normal_fill, worked_example, fill_draws_a_tail_always, "there is no tail")
bool fill_draws_a_tail_always(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    if (!blocks(out, draw, rng, mean, std, n))
        return false;
    if (n % 16 != 0)
        return tail(out, draw, rng, mean, std, n);
    return draw(w, rng, 16);
}

CAUGHT(normal_fill, every_length, fill_last_block_sticks_out, "past the end of out")
bool fill_last_block_sticks_out(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t w[16];
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start < n; start += 16) { // the last block may stick out
        if (!draw(w, rng, 16))
            return false;
        block_of_16(out + start, w, mean, std);
    }
    return true;
}

// -------------------------------------------------------------------- 2.4 mean_abs_cosine

// Sum of |cos| over all pairs a < b.
static inline double sum_of_pairs(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return sum;
}

WRONG(mean_abs_cosine, closed_form, mean_with_signs,
      "The signs were kept: take the absolute value of each cosine.")
float mean_with_signs(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += cosine(rows + a * d_model, rows + b * d_model, d_model);
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_abs_at_the_end,
      "The absolute value was taken of the sum: take it of each cosine.")
float mean_abs_at_the_end(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += cosine(rows + a * d_model, rows + b * d_model, d_model);
    return pairs > 0 ? (float)(fabs(sum) / pairs) : 0;
}

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

WRONG(mean_abs_cosine, worked_example, mean_dot_products,
      "These are dot products: divide each by both lengths.")
float mean_dot_products(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += fabs(dot(rows + a * d_model, rows + b * d_model, d_model));
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, random_tables, mean_one_length, "Only one length is divided by.")
float mean_one_length(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            const double length = sqrt(dot(x, x, d_model));
            sum += length > 0 ? fabs(dot(x, y, d_model)) / length : 0;
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
}

WRONG(mean_abs_cosine, worked_example, mean_is_a_sum,
      "This is the sum: divide by the number of pairs, n (n - 1) / 2.")
float mean_is_a_sum(const float *rows, size_t n_rows, size_t d_model)
{
    return (float)sum_of_pairs(rows, n_rows, d_model);
}

WRONG(mean_abs_cosine, worked_example, mean_of_neighbours,
      "Only neighbouring rows were compared: all pairs are wanted.")
float mean_of_neighbours(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t a = 0; a + 1 < n_rows; a++)
        sum += fabs(cosine(rows + a * d_model, rows + (a + 1) * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows - 1)) : 0;
}

WRONG(mean_abs_cosine, worked_example, mean_counted_twice,
      "This is half of it: each pair is counted once, there are n (n - 1) / 2.")
float mean_counted_twice(const float *rows, size_t n_rows, size_t d_model)
{
    const double m = (double)n_rows;
    return n_rows > 1 ? (float)(sum_of_pairs(rows, n_rows, d_model) / (m * (m - 1))) : 0;
}

WRONG(mean_abs_cosine, zero_rows, mean_nan_for_zeros,
      "A row of zeros has no direction: its cosine with any row is 0.")
float mean_nan_for_zeros(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++) {
            const float *x = rows + a * d_model, *y = rows + b * d_model;
            sum += fabs(dot(x, y, d_model) /
                        (sqrt(dot(x, x, d_model)) * sqrt(dot(y, y, d_model))));
        }
    return pairs > 0 ? (float)(sum / pairs) : 0;
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

WRONG(mean_abs_cosine, fewer_than_two_rows, mean_divides_by_no_pairs,
      "This is 0 / 0: with no pair, give 0.")
float mean_divides_by_no_pairs(const float *rows, size_t n_rows, size_t d_model)
{
    const double m = (double)n_rows;
    return (float)(sum_of_pairs(rows, n_rows, d_model) / (0.5 * m * (m - 1)));
}

WRONG(mean_abs_cosine, any_length, mean_in_float,
      "The squares of such numbers leave the range of a float: sum in double. The "
      "cosine does not depend on the length.")
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

CAUGHT(mean_abs_cosine, random_tables, mean_rounded, "the mean: got")
float mean_rounded(const float *rows, size_t n_rows, size_t d_model)
{
    const double pairs = 0.5 * (double)n_rows * ((double)n_rows - 1);
    if (n_rows < 2)
        return 0;
    return (float)(floor(sum_of_pairs(rows, n_rows, d_model) / pairs * 65536) / 65536);
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
