#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++) {
            const uint32_t after = state[(k + 1) % 624], ahead = state[(k + 397) % 624];
            const uint32_t mixed = (state[k] & 0x80000000u) | (after & 0x7fffffffu);
            state[k] = ahead ^ mixed >> 1 ^ (mixed % 2 == 1 ? 0x9908b0dfu : 0);
        }
        *next = 0;
    }
    uint32_t y = state[(*next)++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    y ^= y >> 18;
    *word = y;
    return true;
}

/*
The two remainders let the indices go round. Without its brackets `y << 7 & mask`
would be right too, for in C shifts bind tighter than `&`, and `&` tighter than `^`; a
reader is glad of them all the same. Note the two places where the state must *not* be
changed: tempering works on a copy, and a refused call leaves everything alone.

The section "What a value costs" cuts the loop where the indices wrap, and so does
without the remainders.
*/

float uniform_float(uint32_t word)
{
    return (float)(word & 0xffffff) / 16777216.0f;
}

/*
Nothing is rounded: a whole number below $2^{24}$ fits a `float`, and so does that
number divided by a power of two, which only changes the exponent. For the same reason
the mask is the remainder, `word % 16777216`. C has another way to write $2^{-24}$,
`0x1p-24f`, in hexadecimal, where it is exact.
*/

// 16 words become 16 values
static void normal_block(float *out, const uint32_t *words, float mean, float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float u1 = 1.0f - uniform_float(words[j]);
        const float u2 = uniform_float(words[j + 8]);
        const float radius = sqrtf(-2.0f * logf(u1)), angle = 6.2831853f * u2;
        out[j] = radius * cosf(angle) * std + mean;
        out[j + 8] = radius * sinf(angle) * std + mean;
    }
}

// fewer than 16 values, pair by pair
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
refuses a NaN too, which `std < 0` would let through. PyTorch draws all the words first and
bends them afterwards; block after block is the same, for the words of block $b$ are
numbers $16b$ to $16b+15$ either way, and it needs no room for them.

`normal_few` uses `log1p(-u)`, which is $\ln(1-u)$; `log(1 - u)` is as good here, for a fraction
of 53 bits taken from 1 is a `double` to the bit.
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
That is less waste than it looks: a sum waits for its own last addition, and
the three wait side by side. To compute all lengths beforehand needs memory for
them, and where we tried it (128 and 512 rows of 768) it saved a tenth to a seventh of
the time with gcc and nothing with clang.
*/
