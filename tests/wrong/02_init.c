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

#ifdef NEXT_NOT_TEMPERED
// mt19937_next / any_seed: "not tempered"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_NOT_STIRRED
// mt19937_next / first_words: "stir first"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    *next %= 624;
    *word = temper(state[(*next)++]);
    return true;
}
#endif

#ifdef NEXT_BITS_EXCHANGED
// mt19937_next / first_words: "the wrong parts"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_CONSTANT_WHEN_EVEN
// mt19937_next / first_words: "not when it is a 0"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_BIT_LOOKED_AT_TOO_LATE
// mt19937_next / first_words: "after the shift"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_ODD_WORD
// mt19937_next / first_words: "not that of s[k]"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_CONSTANT_NEVER
// mt19937_next / first_words: "never comes in"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_OFF_BY_ONE
// mt19937_next / first_words: "not s[k + 396]"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_FROM_A_COPY
// mt19937_next / long_stream: "in place"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_KEEPS_TEMPERED
// mt19937_next / long_stream: "leave the state alone"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_STIRS_EARLY
// mt19937_next / long_stream: "s[623] has to be handed out"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_MASKS_EXCHANGED
// mt19937_next / first_words: "masks of the tempering"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_STANDS_STILL
// mt19937_next / first_words: "count *next up"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_RUNS_PAST_THE_END
// mt19937_next / stays_in_bounds: "read past the end of state"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

#ifdef NEXT_TAKES_ANYTHING
// mt19937_next / refuses_unseeded: "must return false here"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next >= 624) {
        stir(state);
        *next = 0;
    }
    *word = temper(state[(*next)++]);
    return true;
}
#endif

#ifdef NEXT_WRITES_THEN_REFUSES
// mt19937_next / refuses_unseeded: "must stay untouched"
bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
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
#endif

// ---------------------------------------------------------------------- 2.2 uniform_float

#ifdef UNIFORM_ALL_BITS
// uniform_float / random_words: "The high bits of the word"
float uniform_float(uint32_t word)
{
    return (float)word / 4294967296.0f;
}
#endif

#ifdef UNIFORM_HIGH_BITS
// uniform_float / known_words: "The high bits of the word"
float uniform_float(uint32_t word)
{
    return (float)(word >> 8) / 16777216.0f;
}
#endif

#ifdef UNIFORM_ONE_TOO_SMALL
// uniform_float / never_one: "No fraction is 1"
float uniform_float(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777215.0f;
}
#endif

#ifdef UNIFORM_23_BITS
// uniform_float / single_bits: "Only 23 bits"
float uniform_float(uint32_t word)
{
    return (float)(word & 0x7fffff) / 8388608.0f;
}
#endif

#ifdef UNIFORM_WHOLE_DIVISION
// uniform_float / known_words: "division of whole numbers"
float uniform_float(uint32_t word)
{
    return (float)((word & 0xffffff) / 16777216);
}
#endif

#ifdef UNIFORM_NOT_MASKED
// uniform_float / known_words: "keep its low 24 bits"
float uniform_float(uint32_t word)
{
    return (float)word / 16777216.0f;
}
#endif

#ifdef UNIFORM_NOT_DIVIDED
// uniform_float / known_words: "not divided yet"
float uniform_float(uint32_t word)
{
    return (float)(word & 0xffffff);
}
#endif

#ifdef UNIFORM_SIGNED
// uniform_float / known_words: "signed number"
float uniform_float(uint32_t word)
{
    return (float)(int32_t)word / 2147483648.0f;
}
#endif

#ifdef UNIFORM_FROM_THE_TOP
// uniform_float / known_words: "This is 1 - u"
float uniform_float(uint32_t word)
{
    return 1.0f - (float)(word & 0xffffff) / 16777216.0f;
}
#endif

#ifdef UNIFORM_SMALL_DIVISOR
// uniform_float / known_words: "Divided by 2^32"
float uniform_float(uint32_t word)
{
    return (float)(word & 0xffffff) / 4294967296.0f;
}
#endif

// ------------------------------------------------------------------------ 2.3 normal_fill

#ifdef FILL_NO_TAIL
// normal_fill / torch_table: "a tail of 16 new words"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_TAIL_NOT_SKIPPED
// normal_fill / torch_table: "too early"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_TAIL_FROM_FULL_BLOCK
// normal_fill / torch_table: "16 words that come after"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_TAIL_AS_PAIRS
// normal_fill / torch_table: "road of small n"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    return blocks(out, draw, rng, mean, std, n) &&
           few(out + n - n % 16, draw, rng, mean, std, n % 16);
}
#endif

#ifdef FILL_BLOCK_FOR_FEW
// normal_fill / fewer_than_16: "do not come from a block"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_FEW_NOT_EXCHANGED
// normal_fill / fewer_than_16: "parts are exchanged"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_FEW_IN_FLOAT
// normal_fill / fewer_than_16: "53 bits, from two words"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_FEW_ONE_BY_ONE
// normal_fill / fewer_than_16: "out[1]"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_FEW_PAST_THE_END
// normal_fill / stays_in_bounds: "past the end of out"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n + n % 2);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_PAIR_NEIGHBOURS
// normal_fill / worked_example: "not 2j and 2j + 1"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

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

#ifdef FILL_LOG_OF_U
// normal_fill / torch_table: "that of 1 - u"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_U_EXCHANGED
// normal_fill / worked_example: "the other way round"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - b)), angle = 6.2831853f * a;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_SIN_COS_EXCHANGED
// normal_fill / worked_example: "Sine and cosine are exchanged"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * sinf(angle) * std + mean;
    *second = r * cosf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_STD_SQUARED
// normal_fill / worked_example: "std squared"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std * std + mean;
    *second = r * sinf(angle) * std * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_STD_AS_VARIANCE
// normal_fill / gpt2_std: "the root of std"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a) * std), angle = 6.2831853f * b;
    *first = r * cosf(angle) + mean;
    *second = r * sinf(angle) + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_MEAN_SCALED
// normal_fill / worked_example: "before the multiplication"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    *first = (r * cosf(angle) + mean) * std;
    *second = (r * sinf(angle) + mean) * std;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_NO_MEAN
// normal_fill / worked_example: "mean is missing"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 6.2831853f * b;
    (void)mean;
    *first = r * cosf(angle) * std;
    *second = r * sinf(angle) * std;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_HALF_A_TURN
// normal_fill / worked_example: "half a turn"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 3.1415927f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_RADIUS_WITHOUT_2
// normal_fill / worked_example: "the 2 is missing"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-logf(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_LOG_10
// normal_fill / worked_example: "log10"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * log10f(1 - a)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_ALL_32_BITS
// normal_fill / torch_table: "see uniform_float"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_LOG_OF_ZERO
// normal_fill / fraction_of_zero: "ln 0 is minus infinity"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(a > 0 ? 1 - a : 0)), angle = 6.2831853f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_COARSE_PI
// normal_fill / every_length: "elements differ"
static void bend(float *first, float *second, float a, float b, float mean, float std)
{
    const float r = sqrtf(-2 * logf(1 - a)), angle = 2 * 3.14159f * b;
    *first = r * cosf(angle) * std + mean;
    *second = r * sinf(angle) * std + mean;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    return fill_with(bend, out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_TAKES_ANY_STD
// normal_fill / refuses_bad_std: "must return false here"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_TAKES_NAN
// normal_fill / refuses_bad_std: "std is not a number"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (std < 0)
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_REFUSES_ZERO_STD
// normal_fill / no_values: "refuses good input"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    if (!(std > 0))
        return false;
    if (n < 16)
        return few(out, draw, rng, mean, std, n);
    return blocks(out, draw, rng, mean, std, n) && tail(out, draw, rng, mean, std, n);
}
#endif

#ifdef FILL_DRAWS_FOR_NOTHING
// normal_fill / no_values: "for no values at all"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_TRUSTS_THE_SOURCE
// normal_fill / source_runs_dry: "draw returned false"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_DRAWS_A_TAIL_ALWAYS
// normal_fill / worked_example: "there is no tail"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

#ifdef FILL_LAST_BLOCK_STICKS_OUT
// normal_fill / every_length: "past the end of out"
bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
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
#endif

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

#ifdef MEAN_WITH_SIGNS
// mean_abs_cosine / closed_form: "signs were kept"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += cosine(rows + a * d_model, rows + b * d_model, d_model);
    return pairs > 0 ? (float)(sum / pairs) : 0;
}
#endif

#ifdef MEAN_ABS_AT_THE_END
// mean_abs_cosine / random_tables: "of the sum"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += cosine(rows + a * d_model, rows + b * d_model, d_model);
    return pairs > 0 ? (float)(fabs(sum) / pairs) : 0;
}
#endif

#ifdef MEAN_WITH_ITSELF
// mean_abs_cosine / stays_in_bounds: "paired with itself"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 0; b < n_rows; b++)
        for (size_t a = 0; a <= b; a++, pairs++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows > 1 ? (float)(sum / pairs) : 0;
}
#endif

#ifdef MEAN_OVER_THE_SQUARE
// mean_abs_cosine / worked_example: "paired with itself"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t b = 0; b < n_rows; b++)
        for (size_t a = 0; a < n_rows; a++)
            sum += fabs(cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows * n_rows)) : 0;
}
#endif

#ifdef MEAN_DOT_PRODUCTS
// mean_abs_cosine / worked_example: "dot products"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0, pairs = 0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++, pairs++)
            sum += fabs(dot(rows + a * d_model, rows + b * d_model, d_model));
    return pairs > 0 ? (float)(sum / pairs) : 0;
}
#endif

#ifdef MEAN_ONE_LENGTH
// mean_abs_cosine / random_tables: "Only one length"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
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
#endif

#ifdef MEAN_IS_A_SUM
// mean_abs_cosine / worked_example: "This is the sum"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    return (float)sum_of_pairs(rows, n_rows, d_model);
}
#endif

#ifdef MEAN_OF_NEIGHBOURS
// mean_abs_cosine / worked_example: "Only neighbouring rows"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0;
    for (size_t a = 0; a + 1 < n_rows; a++)
        sum += fabs(cosine(rows + a * d_model, rows + (a + 1) * d_model, d_model));
    return n_rows > 1 ? (float)(sum / (double)(n_rows - 1)) : 0;
}
#endif

#ifdef MEAN_COUNTED_TWICE
// mean_abs_cosine / worked_example: "half of it"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    const double m = (double)n_rows;
    return n_rows > 1 ? (float)(sum_of_pairs(rows, n_rows, d_model) / (m * (m - 1))) : 0;
}
#endif

#ifdef MEAN_NAN_FOR_ZEROS
// mean_abs_cosine / zero_rows: "A row of zeros has no direction"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
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
#endif

#ifdef MEAN_SKIPS_ZEROS
// mean_abs_cosine / zero_rows: "count too, as 0"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
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
#endif

#ifdef MEAN_DIVIDES_BY_NO_PAIRS
// mean_abs_cosine / fewer_than_two_rows: "with no pair, give 0"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    const double m = (double)n_rows;
    return (float)(sum_of_pairs(rows, n_rows, d_model) / (0.5 * m * (m - 1)));
}
#endif

#ifdef MEAN_IN_FLOAT
// mean_abs_cosine / any_length: "sum in double"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
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
#endif

#ifdef MEAN_ROUNDED
// mean_abs_cosine / random_tables: "the mean: got"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    const double pairs = 0.5 * (double)n_rows * ((double)n_rows - 1);
    if (n_rows < 2)
        return 0;
    return (float)(floor(sum_of_pairs(rows, n_rows, d_model) / pairs * 65536) / 65536);
}
#endif

#ifdef MEAN_BY_COLUMNS
// mean_abs_cosine / worked_example: "by columns"
float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
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
#endif
