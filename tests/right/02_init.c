// Other right answers to the exercises of chapter 2: ways to write them that differ from the
// solutions', and that the tests must accept. See judge/answers.h.
#include <assert.h>
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ----------------------------------------------------------------------- 2.1 mt19937_next

RIGHT(mt19937_next, next_with_remainders, "one loop, the indices go round with %")
bool next_with_remainders(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    if (*next == 624) {
        for (size_t k = 0; k < 624; k++) {
            uint32_t y = (state[k] & 0x80000000u) | (state[(k + 1) % 624] & 0x7fffffffu);
            state[k] = state[(k + 397) % 624] ^ (y >> 1);
            if (y % 2 != 0)
                state[k] ^= 0x9908b0dfu;
        }
        *next = 0;
    }
    uint32_t y = state[*next];
    *next += 1;
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    y ^= y >> 18;
    *word = y;
    return true;
}

RIGHT(mt19937_next, next_word_by_word, "stirs one word a call, no block at all")
bool next_word_by_word(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    const size_t k = *next % 624, after = (k + 1) % 624, ahead = (k + 397) % 624;
    const uint32_t mixed = (state[k] & 0x80000000u) | (state[after] & 0x7fffffffu);
    uint32_t y = state[k] =
        state[ahead] ^ mixed >> 1 ^ ((0u - (mixed & 1)) & 0x9908b0dfu);
    *next = k + 1;
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    *word = y ^ y >> 18;
    return true;
}

RIGHT(mt19937_next, next_with_a_table,
      "the constant from a table of two, pointers that walk")
bool next_with_a_table(uint32_t *word, uint32_t *state, size_t *next)
{
    static const uint32_t fell_out[2] = {0, 0x9908b0dfu};
    if (*next > 624)
        return false;
    if (*next == 624) {
        uint32_t *p = state, *end = state + 624;
        for (; p < end; p++) {
            const uint32_t *after = p + 1 < end ? p + 1 : state;
            const uint32_t *ahead = p + 397 < end ? p + 397 : p - 227;
            const uint32_t y = (*p & ~0x7fffffffu) + (*after & 0x7fffffffu);
            *p = *ahead ^ y / 2 ^ fell_out[y % 2];
        }
        *next = 0;
    }
    uint32_t y = state[*next];
    ++*next;
    y = y ^ y >> 11;
    y = y ^ (y * 128 & 0x9d2c5680u);
    y = y ^ (y * 32768 & 0xefc60000u);
    *word = y ^ y >> 18;
    return true;
}

RIGHT(mt19937_next, next_stirs_ahead,
      "stirs as soon as the last word is out; *next is 0 then")
bool next_stirs_ahead(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    for (int out = 0; out < 2; out++) {
        for (size_t k = 0; *next == 624 && k < 624; k++) {
            const uint64_t both = (uint64_t)(state[k] & 0x80000000u) |
                                  (state[k == 623 ? 0 : k + 1] & 0x7fffffffu);
            state[k] = (uint32_t)(both >> 1) ^ state[k < 227 ? k + 397 : k - 227];
            if (both % 2 == 1)
                state[k] = state[k] ^ 2567483615u;
        }
        *next = *next == 624 ? 0 : *next;
        if (out == 0)
            *word = state[(*next)++];
    }
    *word ^= *word >> 11;
    *word ^= *word << 7 & 2636928640u;
    *word ^= *word << 15 & 4022730752u;
    *word ^= *word >> 18;
    return true;
}

static void stir_from(uint32_t *state, size_t k)
{
    if (k == 624)
        return;
    const uint32_t mixed = (state[k] >> 31 << 31) | (state[(k + 1) % 624] << 1 >> 1);
    state[k] = (mixed >> 1) ^ state[(k + 397) % 624] ^ (uint32_t)(mixed % 2 * 0x9908b0df);
    stir_from(state, k + 1);
}

RIGHT(mt19937_next, next_recursive,
      "stirs by recursion, into a copy that is copied back; asserts")
bool next_recursive(uint32_t *word, uint32_t *state, size_t *next)
{
    size_t at = *next;
    if (!(at <= 624))
        return false;
    if (at == 624) {
        uint32_t *copy = malloc(624 * sizeof *copy);
        if (copy == NULL)
            return false;
        memcpy(copy, state, 624 * sizeof *copy);
        stir_from(copy, 0);
        memcpy(state, copy, 624 * sizeof *copy);
        free(copy);
        at = 0;
    }
    assert(at < 624);
    uint32_t y = state[at];
    static const unsigned shifts[] = {11, 7, 15, 18};
    static const uint32_t masks[] = {0xffffffffu, 0x9d2c5680u, 0xefc60000u, 0xffffffffu};
    for (int line = 0; line < 4; line++)
        y ^= (line % 3 == 0 ? y >> shifts[line] : y << shifts[line]) & masks[line];
    *word = y;
    *next = at + 1;
    return true;
}

// ---------------------------------------------------------------------- 2.2 uniform_float

RIGHT(uniform_float, uniform_remainder, "the remainder for the mask, in double")
float uniform_remainder(uint32_t word)
{
    return (float)(word % 16777216u / 16777216.0);
}

RIGHT(uniform_float, uniform_ldexp, "shifts the high bits out, then the exponent down")
float uniform_ldexp(uint32_t word)
{
    return ldexpf((float)(word << 8 >> 8), -24);
}

RIGHT(uniform_float, uniform_from_bits,
      "the bits of a float between 1 and 2, and the one bit that has no room there")
float uniform_from_bits(uint32_t word)
{
    const uint32_t low = word & 0xffffffu, bits = 0x3f800000u | low >> 1;
    float between;
    memcpy(&between, &bits, sizeof between);
    return between - 1.0f + (float)(low & 1) * 0x1p-24f;
}

RIGHT(uniform_float, uniform_bit_by_bit, "adds a half, a quarter, an eighth ...")
float uniform_bit_by_bit(uint32_t word)
{
    float u = 0.0f, step = 0.5f;
    for (uint32_t bit = (uint32_t)1 << 23; bit != 0; bit >>= 1, step /= 2)
        u += word & bit ? step : 0.0f;
    return u;
}

RIGHT(uniform_float, uniform_long_double,
      "a long double all the way, and a debugging line")
float uniform_long_double(uint32_t word)
{
    long double u = (long double)(word - (word >> 24 << 24)) / powl(2.0L, 24.0L);
    if (word == 0)
        fprintf(stderr, "a word of 0 gives %Lg\n", u);
    return (float)u;
}

// ------------------------------------------------------------------------ 2.3 normal_fill

static inline double turn(void)
{
    return 2.0 * acos(-1.0);
}

static inline float fraction(uint32_t word)
{
    return (float)(word & 0xffffff) * 0x1p-24f;
}

static void bend(float *first, float *second, double u, double v, float mean, float std)
{
    const double radius = sqrt(-2.0 * log(1.0 - u));
    *first = (float)(radius * cos(turn() * v) * (double)std + (double)mean);
    *second = (float)(radius * sin(turn() * v) * (double)std + (double)mean);
}

static bool block(float *out, word_source *draw, void *rng, float mean, float std)
{
    uint32_t w[16];
    if (!draw(w, rng, 16))
        return false;
    for (size_t j = 0; j < 8; j++) {
        const float radius = sqrtf(-2.0f * logf(1.0f - uniform_float(w[j])));
        const float angle = (float)turn() * uniform_float(w[j + 8]);
        out[j] = radius * cosf(angle) * std + mean;
        out[j + 8] = radius * sinf(angle) * std + mean;
    }
    return true;
}

RIGHT(normal_fill, fill_plainly, "logf, cosf and sinf, uniform_float, one loop")
bool fill_plainly(float *out, word_source *draw, void *rng, float mean, float std,
                  size_t n)
{
    uint32_t w[16];
    float odd;
    if (isnan(std) || std < 0)
        return false;
    for (size_t i = 0; n < 16 && i < n; i += 2) {
        if (!draw(w, rng, 4))
            return false;
        const double u = ldexp((double)(w[0] & 0x1fffff), -21) + ldexp((double)w[1], -53);
        const double v = ldexp((double)(w[2] & 0x1fffff), -21) + ldexp((double)w[3], -53);
        bend(out + i, i + 1 < n ? out + i + 1 : &odd, v, u, mean, std);
    }
    for (size_t start = 0; n >= 16 && start < n; start += 16) {
        const bool full = n - start >= 16;
        if (!full && !draw(w, rng, n - start))
            return false;
        if (!block(full ? out + start : out + n - 16, draw, rng, mean, std))
            return false;
    }
    return true;
}

static bool fractions(float *out, word_source *draw, void *rng, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t word;
        if (!draw(&word, rng, 1))
            return false;
        out[i] = fraction(word);
    }
    return true;
}

static void bend_16(float *out, float mean, float std)
{
    for (size_t j = 8; j-- > 0;) {
        const double radius = sqrt(-2.0 * log1p(-(double)out[j]));
        const double angle = turn() * (double)out[j + 8];
        out[j] = (float)(radius * cos(angle)) * std + mean;
        out[j + 8] = (float)(radius * sin(angle)) * std + mean;
    }
}

static double next_53(word_source *draw, void *rng, bool *good)
{
    uint32_t high = 0, low = 0;
    *good = *good && draw(&high, rng, 1) && draw(&low, rng, 1);
    return ((double)(high % 2097152u) * 4294967296.0 + (double)low) / 9007199254740992.0;
}

static bool one_by_one(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    double kept = 0;
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        double z = kept;
        if (i % 2 == 0) {
            const double u = next_53(draw, rng, &good), v = next_53(draw, rng, &good);
            z = sqrt(-2.0 * log1p(-v)) * cos(turn() * u);
            kept = sqrt(-2.0 * log1p(-v)) * sin(turn() * u);
        }
        if (good)
            out[i] = (float)(z * (double)std + (double)mean);
    }
    return good;
}

RIGHT(normal_fill, fill_fractions_first,
      "all fractions first, bent in place, as PyTorch does it")
bool fill_fractions_first(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    if (!(std >= 0))
        return false;
    if (n < 16)
        return one_by_one(out, draw, rng, mean, std, n);
    if (!fractions(out, draw, rng, n))
        return false;
    for (size_t i = 0; i < n - 15; i += 16)
        bend_16(out + i, mean, std);
    if (n % 16 == 0)
        return true;
    if (!fractions(out + n - 16, draw, rng, 16))
        return false;
    bend_16(out + n - 16, mean, std);
    return true;
}

RIGHT(normal_fill, fill_on_the_heap, "draws every word before it begins, on the heap")
bool fill_on_the_heap(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    const size_t n_words = n < 16 ? (n + 1) / 2 * 4 : n % 16 == 0 ? n : n + 16;
    uint32_t *w = malloc((n_words + 1) * sizeof *w);
    bool good = w != NULL && std >= 0 && (n == 0 || draw(w, rng, n_words));
    for (size_t i = 0; good && i < n; i++) {
        double u, v;
        bool sine;
        if (n < 16) {
            const uint32_t *q = w + i / 2 * 4;
            v = (double)(((uint64_t)q[0] << 32 | q[1]) << 11 >> 11) * 0x1p-53;
            u = (double)(((uint64_t)q[2] << 32 | q[3]) << 11 >> 11) * 0x1p-53;
            sine = i % 2 == 1;
        } else {
            const bool in_tail = n % 16 != 0 && i >= n - 16;
            const size_t at = in_tail ? i - (n - 16) : i % 16;
            const size_t from = in_tail ? n + at % 8 : i / 16 * 16 + at % 8;
            u = (double)fraction(w[from]);
            v = (double)fraction(w[from + 8]);
            sine = at >= 8;
        }
        const double z = sine ? sin(turn() * v) : cos(turn() * v);
        out[i] = (float)(sqrt(-2.0 * log(1.0 - u)) * z * (double)std + (double)mean);
    }
    free(w);
    return good;
}

// Both of a pair at once: r e^(i angle), in double.
static double complex on_the_circle(double distance, double direction)
{
    return sqrt(-2.0 * log1p(-distance)) * cexp(I * 8.0 * atan(1.0) * direction);
}

RIGHT(normal_fill, fill_with_complex,
      "complex numbers, double everywhere, goto for failures")
bool fill_with_complex(float *out, word_source *draw, void *rng, float mean, float std,
                       size_t n)
{
    const size_t in_blocks = n < 16 ? 0 : n;
    bool good = false;
    uint32_t w[16];
    if (std < 0.0f || std != std)
        goto done;
    for (size_t i = in_blocks; i < n; i += 2) {
        if (!draw(w, rng, 2) || !draw(w + 2, rng, 2))
            goto done;
        const uint64_t a = ((uint64_t)w[0] << 32) + w[1],
                       b = ((uint64_t)w[2] << 32) + w[3];
        const double complex z =
            on_the_circle((double)(b << 11) * 0x1p-64, (double)(a << 11) * 0x1p-64);
        out[i] = (float)((double)mean + (double)std * creal(z));
        if (i < n - 1)
            out[i + 1] = (float)((double)mean + (double)std * cimag(z));
    }
    for (size_t i = 0; i < in_blocks; i += 16) {
        const size_t left = in_blocks - i, at = left < 16 ? n - 16 : i;
        if ((left < 16 && !draw(w, rng, left)) || !draw(w, rng, 16))
            goto done;
        for (size_t j = 0; j < 8; j++) {
            const double complex z =
                on_the_circle((double)fraction(w[j]), (double)fraction(w[j + 8]));
            out[at + j] = (float)((double)mean + (double)std * creal(z));
            out[at + j + 8] = (float)((double)mean + (double)std * cimag(z));
        }
    }
    good = true;
done:
    return good;
}

// std * r first, then cosine and sine; the tail by a call of itself that makes 16.
RIGHT(normal_fill, fill_recursively, "the first block, then the rest by a call of itself")
bool fill_recursively(float *out, word_source *draw, void *rng, float mean, float std,
                      size_t n)
{
    uint32_t w[16];
    if (!(std >= 0.0f))
        return false;
    if (n < 16)
        return one_by_one(out, draw, rng, mean, std, n);
    while (n >= 32) {
        if (!fill_recursively(out, draw, rng, mean, std, 16))
            return false;
        out += 16;
        n -= 16;
    }
    if (!draw(w, rng, 16))
        return false;
    for (size_t j = 0; j < 8; j++) {
        const float r = std * sqrtf(-2.0f * log1pf(-fraction(w[j])));
        out[j] = mean + r * cosf(6.28318530717958647692f * fraction(w[j + 8]));
        out[j + 8] = mean + r * sinf(6.28318530717958647692f * fraction(w[j + 8]));
    }
    return n == 16 || (draw(w, rng, n - 16) &&
                       fill_recursively(out + n - 16, draw, rng, mean, std, 16));
}

// -------------------------------------------------------------------- 2.4 mean_abs_cosine

RIGHT(mean_abs_cosine, mean_lengths_first, "all lengths once, on the heap")
float mean_lengths_first(const float *rows, size_t n_rows, size_t d_model)
{
    double *length = calloc(n_rows + 1, sizeof *length), sum = 0.0;
    size_t pairs = 0;
    if (length == NULL)
        return 0.0f;
    for (size_t a = 0; a < n_rows; a++) {
        for (size_t i = 0; i < d_model; i++)
            length[a] += (double)rows[a * d_model + i] * (double)rows[a * d_model + i];
        length[a] = sqrt(length[a]);
    }
    for (size_t a = 0; a < n_rows; a++)
        for (size_t b = a + 1; b < n_rows; b++, pairs++) {
            double dot = 0.0;
            for (size_t i = 0; i < d_model; i++)
                dot += (double)rows[a * d_model + i] * (double)rows[b * d_model + i];
            if (length[a] > 0.0 && length[b] > 0.0)
                sum += fabs(dot) / length[a] / length[b];
        }
    free(length);
    return pairs == 0 ? 0.0f : (float)(sum / (double)pairs);
}

static double length_of(const float *row, size_t n)
{
    double length = 0.0;
    for (size_t i = 0; i < n; i++)
        length = hypot(length, (double)row[i]);
    return length;
}

static double alike(const float *x, double x_length, const float *y, double y_length,
                    size_t n)
{
    double dot = 0.0;
    if (x_length == 0.0 || y_length == 0.0)
        return 0.0;
    for (size_t i = n; i-- > 0;)
        dot += (double)x[i] / x_length * ((double)y[i] / y_length);
    return fabs(dot);
}

RIGHT(mean_abs_cosine, mean_both_ways,
      "each pair twice, hypot for the lengths, the mean of a row at a time")
float mean_both_ways(const float *rows, size_t n_rows, size_t d_model)
{
    double mean = 0.0;
    if (n_rows < 2)
        return 0.0f;
    double *length = malloc(n_rows * sizeof *length);
    for (size_t a = 0; a < n_rows; a++)
        length[a] = length_of(rows + a * d_model, d_model);
    for (size_t a = 0; a < n_rows; a++) {
        double of_row = 0.0;
        for (size_t b = 0; b < n_rows; b++)
            if (b != a)
                of_row += alike(rows + a * d_model, length[a], rows + b * d_model,
                                length[b], d_model);
        mean += of_row / (double)(n_rows - 1) / (double)n_rows;
    }
    free(length);
    return (float)mean;
}

RIGHT(mean_abs_cosine, mean_small_first,
      "the cosines of each row on the heap, the small ones added first")
float mean_small_first(const float *rows, size_t n_rows, size_t d_model)
{
    const size_t n_pairs = n_rows < 2 ? 0 : n_rows * (n_rows - 1) / 2;
    double *all = malloc((n_rows + 1) * sizeof *all), sum = 0.0;
    double *length = malloc((n_rows + 1) * sizeof *length);
    assert(all != NULL && length != NULL);
    for (size_t r = 0; r < n_rows; r++)
        length[r] = length_of(rows + r * d_model, d_model);
    for (const float *x = rows; n_pairs > 0 && x < rows + (n_rows - 1) * d_model;
         x += d_model) {
        size_t at = 0;
        for (const float *y = x + d_model; y < rows + n_rows * d_model; y += d_model)
            all[at++] = alike(x, length[(size_t)(x - rows) / d_model], y,
                              length[(size_t)(y - rows) / d_model], d_model);
        for (size_t k = 0; k < at; k++)
            sum += all[k] < 0.25 ? all[k] : 0.0;
        for (size_t k = 0; k < at; k++)
            sum += all[k] < 0.25 ? 0.0 : all[k];
    }
    free(length);
    free(all);
    return n_pairs == 0 ? 0.0f : (float)(sum / (double)n_pairs);
}

// Chapter 1's function: the cosine as a float.
static float float_cosine(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = n; i-- > 0;) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa == 0.0 || bb == 0.0 ? 0.0f : (float)(ab / sqrt(aa * bb));
}

RIGHT(mean_abs_cosine, mean_of_float_cosines,
      "each cosine is a float, as in chapter 1, and the sum long double")
float mean_of_float_cosines(const float *rows, size_t n_rows, size_t d_model)
{
    long double sum = 0.0L;
    unsigned long long n_pairs = 0;
    for (size_t a = 0; a < n_rows; ++a)
        for (size_t b = n_rows - 1; b > a; --b, ++n_pairs)
            sum += (long double)fabsf(
                float_cosine(rows + a * d_model, rows + b * d_model, d_model));
    return n_pairs ? (float)(sum / (long double)n_pairs) : 0.0f;
}

RIGHT(mean_abs_cosine, mean_of_unit_rows,
      "a table of unit rows in double, eight columns at a time")
float mean_of_unit_rows(const float *rows, size_t n_rows, size_t d_model)
{
    const size_t wide = (d_model + 7) / 8 * 8;
    double *unit = calloc(n_rows * wide + 1, sizeof *unit), sum = 0.0;
    if (unit == NULL)
        return NAN;
    for (size_t a = 0; a < n_rows; a++) {
        const double length = length_of(rows + a * d_model, d_model);
        for (size_t i = 0; i < d_model && length > 0.0; i++)
            unit[a * wide + i] = (double)rows[a * d_model + i] / length;
        for (size_t b = 0; b < a; b++) {
            double lanes[8] = {0};
            for (size_t i = 0; i < wide; i++)
                lanes[i % 8] += unit[a * wide + i] * unit[b * wide + i];
            sum += fabs(lanes[0] + lanes[1] + lanes[2] + lanes[3] + lanes[4] + lanes[5] +
                        lanes[6] + lanes[7]);
        }
    }
    free(unit);
    return n_rows > 1 ? (float)(2.0 * sum / (double)n_rows / (double)(n_rows - 1)) : 0.0f;
}

RIGHT(mt19937_next, next_stirs_at_once, "stirs as soon as the last word is handed out")
bool next_stirs_at_once(uint32_t *word, uint32_t *state, size_t *next)
{
    if (*next > 624)
        return false;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t k = 0; k < 624 && *next == 624; k++) {
            const uint32_t after = state[k == 623 ? 0 : k + 1];
            const uint64_t mixed =
                (uint64_t)(state[k] >> 31) << 31 | (after & 0x7fffffffu);
            state[k] = state[k < 227 ? k + 397 : k - 227] ^ (uint32_t)(mixed / 2) ^
                       (uint32_t)(mixed % 2) * 0x9908b0dfu;
        }
        *next = *next == 624 ? 0 : *next;
        if (pass == 0) {
            uint32_t y = state[(*next)++];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c5680u;
            y ^= (y << 15) & 0xefc60000u;
            *word = y ^ y >> 18;
        }
    }
    return true;
}

static jmp_buf ran_dry;

static double fraction_of(word_source *draw, void *rng, bool is_long)
{
    uint32_t high = 0, low;
    if ((is_long && !draw(&high, rng, 1)) || !draw(&low, rng, 1))
        longjmp(ran_dry, 1);
    return is_long ? ldexp((double)((uint64_t)(high & 0x1fffff) << 32 | low), -53)
                   : (double)(low & 0xffffff) * 0x1p-24;
}

static void put_point(float *cosine, float *sine, double distance, double direction,
                      float mean, float std)
{
    const double t = tan(acos(-1.0) * direction), r = sqrt(-2 * log(1 - distance));
    *cosine = (float)(r * (1 - t * t) / (1 + t * t) * (double)std + (double)mean);
    *sine = (float)(r * 2 * t / (1 + t * t) * (double)std + (double)mean);
}

RIGHT(normal_fill, fill_by_half_angles,
      "one word at a time, the tangent of half the angle, a source that fails is jumped "
      "away from")
bool fill_by_half_angles(float *out, word_source *draw, void *rng, float mean, float std,
                         size_t n)
{
    float dropped;
    if (signbit(std - 0.0f) && std != 0.0f)
        return false;
    if (isnan(std) || setjmp(ran_dry) != 0)
        return false;
    for (size_t i = 0; n < 16 && i < n; i += 2) {
        const double direction = fraction_of(draw, rng, true);
        const double distance = fraction_of(draw, rng, true);
        put_point(out + i, i + 1 < n ? out + i + 1 : &dropped, distance, direction, mean,
                  std);
    }
    for (size_t at = 0; n >= 16 && at < n; at += 16) {
        double distances[8];
        for (size_t k = 0; at + 16 > n && k < n % 16; k++)
            fraction_of(draw, rng, false);
        at = at + 16 > n ? n - 16 : at;
        for (size_t j = 0; j < 8; j++)
            distances[j] = fraction_of(draw, rng, false);
        for (size_t j = 0; j < 8; j++)
            put_point(out + at + j, out + at + j + 8, distances[j],
                      fraction_of(draw, rng, false), mean, std);
    }
    return true;
}

RIGHT(mean_abs_cosine, mean_so_far, "the mean of the pairs so far, moved by each pair")
float mean_so_far(const float *rows, size_t n_rows, size_t d_model)
{
    double mean = 0.0, pairs = 0.0;
    for (size_t pair = 0; pair < n_rows * n_rows; pair++) {
        const float *x = rows + pair / n_rows * d_model,
                    *y = rows + pair % n_rows * d_model;
        long double dot = 0, xx = 0, yy = 0;
        if (pair / n_rows >= pair % n_rows)
            continue;
        for (size_t i = d_model; i-- > 0;) {
            dot += (long double)x[i] * (long double)y[i];
            xx += (long double)x[i] * (long double)x[i];
            yy += (long double)y[i] * (long double)y[i];
        }
        const double cosine = xx * yy > 0 ? (double)(fabsl(dot) / sqrtl(xx * yy)) : 0.0;
        mean += (cosine - mean) / ++pairs;
    }
    return (float)mean;
}

RIGHT(uniform_float, uniform_normalised,
      "the bits of the float, shifted until the highest stands in front")
float uniform_normalised(uint32_t word)
{
    uint32_t bits = word << 8, exponent = 126;
    float value = 0.0f;
    if (bits == 0)
        return value;
    for (; bits >> 31 == 0; exponent--)
        bits <<= 1;
    bits = exponent << 23 | (bits >> 8 & 0x7fffff);
    memcpy(&value, &bits, sizeof value);
    return value;
}

RIGHT(normal_fill, fill_std_into_the_distance,
      "the distance is multiplied by std, a sine is a cosine a quarter turn behind")
bool fill_std_into_the_distance(float *out, word_source *draw, void *rng, float mean,
                                float std, size_t n)
{
    uint32_t w[16];
    if (n < 16 || !(std >= 0))
        return normal_fill(out, draw, rng, mean, std, n);
    for (size_t at = 0; at < n; at += 16) {
        const bool is_tail = n - at < 16;
        if ((is_tail && !draw(w, rng, n - at)) || !draw(w, rng, 16))
            return false;
        float *block = is_tail ? out + n - 16 : out + at;
        for (size_t j = 0; j < 8; j++) {
            const float distance = std * sqrtf(-2.0f * log1pf(-uniform_float(w[j])));
            const float angle = 6.28318531f * uniform_float(w[j + 8]);
            block[j] = fmaf(distance, cosf(angle), mean);
            block[j + 8] = fmaf(distance, cosf(angle - 1.57079633f), mean);
        }
    }
    return true;
}
