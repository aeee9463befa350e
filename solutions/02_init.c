#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// What a word of the state becomes: `after` is its neighbour, `ahead` the word 397 on
static inline uint32_t stirred(uint32_t here, uint32_t after, uint32_t ahead)
{
    const uint32_t mixed = (here & 0x80000000u) | (after & 0x7fffffffu);
    return ahead ^ mixed >> 1 ^ (mixed & 1) * 0x9908b0dfu;
}

bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 227; k++)
            state[k] = stirred(state[k], state[k + 1], state[k + 397]);
        for (size_t k = 227; k < 623; k++)
            state[k] = stirred(state[k], state[k + 1], state[k - 227]);
        state[623] = stirred(state[623], state[0], state[396]);
        *next = 0;
    }
    uint32_t y = state[(*next)++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    y ^= y >> 18;
    *word = y;
    return true;
}

/*
The indices go round, so `(k + 1) % 624` and `(k + 397) % 624` in one loop are
right too, and shorter. Here the loop is cut in three where the indices wrap:
without the remainder the compiler stirs eight or sixteen words at a time.
`(mixed & 1) * 0x9908b0df` is "that number if a 1 fell out, else 0", with
nothing for the processor to guess.

`y << 7 & mask` needs no brackets, for in C shifts bind tighter than `&`, and
`&` tighter than `^`; a reader may be glad of some all the same. Note the two
places where the state must *not* be changed: tempering works on a copy, and a
refused call leaves everything alone.
*/

float uniform_float(uint32_t word)
{
    return (float)(word & 0xffffff) * 0x1p-24f;
}

/*
`0x1p-24f` is $2^{-24}$ written in hexadecimal, where it is exact. Multiplying
by it only changes the exponent of the float, so nothing is rounded: a whole
number below $2^{24}$ fits a `float`, and so does that number divided by a power
of two.
*/

// ln x for x in (0, 1]: x = 2^e m with m from 2/3 to 4/3, and with s = (m - 1) / (m + 1)
// ln m = 2 (s + s^3/3 + s^5/5 + s^7/7 + s^9/9 + ...)
static inline float natural_log(float x)
{
    uint32_t bits;
    float m;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t two_thirds = 0x3f2aaaabu;
    const int32_t e = (int32_t)((bits - two_thirds + (127u << 23)) >> 23) - 127;
    bits -= (uint32_t)e << 23;
    memcpy(&m, &bits, sizeof m);
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    const float tail = q * (1 / 3.0f + q * (1 / 5.0f + q * (1 / 7.0f + q * (1 / 9.0f))));
    return (float)e * 0.69314718f + 2.0f * (s + s * tail);
}

// sine and cosine of `turns` of a full circle, turns in [0, 1)
static inline void sin_cos_of_turns(float *sine, float *cosine, float turns)
{
    const int32_t quarter = (int32_t)(4.0f * turns + 0.5f);
    const float a = 6.2831853f * (turns - 0.25f * (float)quarter), q = a * a;
    const float odd = 1 / 6.0f - q * (1 / 120.0f - q * (1 / 5040.0f - q / 362880.0f));
    const float even = 1 / 2.0f - q * (1 / 24.0f - q * (1 / 720.0f - q / 40320.0f));
    const float s = a - a * q * odd, c = 1.0f - q * even;
    const float along = quarter & 1 ? s : c, across = quarter & 1 ? c : s;
    *cosine = (quarter + 1) & 2 ? -along : along;
    *sine = quarter & 2 ? -across : across;
}

static void normal_block(float *restrict out, const uint32_t *restrict words, float mean,
                         float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float u1 = 1.0f - (float)(int32_t)(words[j] & 0xffffff) * 0x1p-24f;
        const float u2 = (float)(int32_t)(words[j + 8] & 0xffffff) * 0x1p-24f;
        const float radius = sqrtf(-2.0f * natural_log(u1));
        float sine, cosine;
        sin_cos_of_turns(&sine, &cosine, u2);
        out[j] = radius * cosine * std + mean;
        out[j + 8] = radius * sine * std + mean;
    }
}

static bool normal_few(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    const double turn = 2.0 * acos(-1.0);
    const uint64_t low_53_bits = ((uint64_t)1 << 53) - 1;
    for (size_t i = 0; i < n; i += 2) {
        uint32_t w[4];
        if (!draw(w, rng, 4))
            return false;
        const uint64_t first = ((uint64_t)w[0] << 32 | w[1]) & low_53_bits;
        const uint64_t second = ((uint64_t)w[2] << 32 | w[3]) & low_53_bits;
        const double angle = turn * (double)first * 0x1p-53;
        const double radius = sqrt(-2.0 * log1p(-(double)second * 0x1p-53));
        out[i] = (float)(radius * cos(angle) * (double)std + (double)mean);
        if (i + 1 < n)
            out[i + 1] = (float)(radius * sin(angle) * (double)std + (double)mean);
    }
    return true;
}

bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                 size_t n)
{
    uint32_t words[16];
    if (!(std >= 0.0f))
        return false;
    if (n < 16)
        return normal_few(out, draw, rng, mean, std, n);
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (!draw(words, rng, 16))
            return false;
        normal_block(out + start, words, mean, std);
    }
    if (n % 16 == 0)
        return true;
    if (!draw(words, rng, n % 16) || !draw(words, rng, 16))
        return false;
    normal_block(out + n - 16, words, mean, std);
    return true;
}

/*
Read `normal_fill` first: it is nothing but the three cases. `!(std >= 0)`
refuses a NaN too, which `std < 0` would let through.

`normal_block` could read

    const float radius = sqrtf(-2.0f * logf(u1)), angle = 6.2831853f * u2;
    out[j] = radius * cosf(angle) * std + mean;
    out[j + 8] = radius * sinf(angle) * std + mean;

and pass every test. The two helpers above it are there for speed. Taking a
float apart into exponent and mantissa is three operations on its bits. Within
an eighth of a turn the first five terms of each series are enough: what they
leave out is smaller than half the last digit of a float. And the quarter of the
circle decides, by two selections without a branch, which of the two is the sine
and which signs they get. Everything inside the loop is then plain arithmetic on
eight pairs at once. (The line of exercise 2.2 stands here again, through a
signed number, because converting signed numbers is what every processor can do
eight at a time.)

`normal_few` uses `log1p(-u)`, which is $\ln(1-u)$ without the rounding of
$1-u$; with 53 bits it makes no difference that a float could show.
*/

float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    double sum = 0.0;
    for (size_t b = 1; b < n_rows; b++)
        for (size_t a = 0; a < b; a++) {
            const float *row_a = rows + a * d_model, *row_b = rows + b * d_model;
            double dot = 0.0, squares_a = 0.0, squares_b = 0.0;
            for (size_t i = 0; i < d_model; i++) {
                dot += (double)row_a[i] * (double)row_b[i];
                squares_a += (double)row_a[i] * (double)row_a[i];
                squares_b += (double)row_b[i] * (double)row_b[i];
            }
            if (squares_a > 0.0 && squares_b > 0.0)
                sum += fabs(dot) / (sqrt(squares_a) * sqrt(squares_b));
        }
    const double pairs = 0.5 * (double)n_rows * ((double)n_rows - 1.0);
    return n_rows < 2 ? 0.0f : (float)(sum / pairs);
}

/*
The absolute value is taken of each cosine, before the sum. Taken of the sum it
would measure something else: cosines of random rows cancel, and their plain
mean is near 0 for every width.

The number of pairs is computed in `double`. As `n_rows * (n_rows - 1) / 2` it
would overflow for more than four billion rows, which nobody has; but with no
rows at all `n_rows - 1` is the largest `size_t` there is, and that case does
occur.

Each row's length is summed anew for every pair, three sums where one would do.
Computing all lengths beforehand needs memory for them; it would be about twice
as fast, and is worth it for large tables.
*/
