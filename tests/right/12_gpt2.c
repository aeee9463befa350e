// Other right answers to the exercises of chapter 12: ways to write them that differ from the
// solutions', and that the tests must accept. See tests/judge/answers.h.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- 12.1 safetensors_header

RIGHT(safetensors_header, header_with_shifts, "eight shifts in one expression")
bool header_with_shifts(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    if (file_size < 10)
        return false;
    const uint64_t n = start[0] | (uint64_t)start[1] << 8 | (uint64_t)start[2] << 16 |
                       (uint64_t)start[3] << 24 | (uint64_t)start[4] << 32 |
                       (uint64_t)start[5] << 40 | (uint64_t)start[6] << 48 |
                       (uint64_t)start[7] << 56;
    const bool good = n >= 2 && n <= 100000000 && n <= file_size - 8 && start[8] == '{';
    if (good)
        *length = n;
    return good;
}

RIGHT(safetensors_header, header_by_weights,
      "a weight that grows, from the first byte up")
bool header_by_weights(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    uint64_t n = 0, weight = 1;
    if (file_size < 8)
        return false;
    for (const uint8_t *byte = start; byte < start + 8; byte++, weight *= 256)
        n += *byte * weight;
    if (!(1 < n && n < 100000001) || file_size - 8 < n)
        return false;
    if (start[8] != 0x7b)
        return false;
    return *length = n, true;
}

RIGHT(safetensors_header, header_high_bytes_first,
      "a length with anything in its upper four bytes is too long anyway")
bool header_high_bytes_first(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    uint32_t n = 0;
    if (file_size < 9 || start[8] != '{')
        return false;
    for (int k = 4; k < 8; k++)
        if (start[k])
            return false;
    for (int k = 3; k >= 0; k--)
        n = n << 8 | start[k];
    if (n < 2 || n > 100000000 || file_size < 8 + (uint64_t)n)
        return false;
    *length = n;
    return true;
}

RIGHT(safetensors_header, header_by_memcpy,
      "memcpy where the machine has the same order, the bytes turned where it has not")
bool header_by_memcpy(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint16_t one = 1;
    uint8_t first, bytes[8];
    uint64_t n;
    memcpy(&first, &one, 1);
    if (file_size < 8)
        return false;
    for (int k = 0; k < 8; k++)
        bytes[k] = start[first ? k : 7 - k];
    memcpy(&n, bytes, 8);
    if (n - 2 > 99999998 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

// ---------------------------------------------------------------- 12.2 safetensors_tensor

RIGHT(safetensors_tensor, tensor_by_division,
      "the bytes are divided by the factors instead, but each product is watched as well")
bool tensor_by_division(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                        uint64_t end, size_t n_dims, uint64_t item_size,
                        uint64_t data_size)
{
    uint64_t numbers = 1;
    for (const uint64_t *dim = shape; dim != shape + n_dims; dim++) {
        const uint64_t product = numbers * *dim;
        if (*dim != 0 && product / *dim != numbers)
            return false;
        numbers = product;
    }
    if (end < begin || data_size < end || *taken != begin)
        return false;
    if ((end - begin) % item_size != 0 || (end - begin) / item_size != numbers)
        return false;
    *taken = end;
    return true;
}

RIGHT(safetensors_tensor, tensor_with_builtin, "the compiler's own check")
bool tensor_with_builtin(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                         uint64_t end, size_t n_dims, uint64_t item_size,
                         uint64_t data_size)
{
    uint64_t bytes = 1;
    for (size_t k = 0; k < n_dims; k++)
        if (__builtin_mul_overflow(bytes, shape[k], &bytes))
            return false;
    if (__builtin_mul_overflow(bytes, item_size, &bytes))
        return false;
    const bool good =
        begin == *taken && begin <= end && end <= data_size && end - begin == bytes;
    *taken = good ? end : *taken;
    return good;
}

static bool times(uint64_t *product, uint64_t a, uint64_t b)
{
    const uint64_t a_low = a & 0xFFFFFFFF, a_high = a >> 32;
    const uint64_t b_low = b & 0xFFFFFFFF, b_high = b >> 32;
    if (a_high && b_high)
        return false;
    const uint64_t middle = a_high * b_low + a_low * b_high, low = a_low * b_low;
    if (middle >> 32 || (middle << 32) > UINT64_MAX - low)
        return false;
    *product = (middle << 32) + low;
    return true;
}

RIGHT(safetensors_tensor, tensor_in_halves, "products of halves of 32 bits")
bool tensor_in_halves(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                      uint64_t end, size_t n_dims, uint64_t item_size, uint64_t data_size)
{
    uint64_t bytes = 1;
    for (size_t k = 0; k < n_dims; k++)
        if (!times(&bytes, bytes, shape[k]))
            return false;
    if (!times(&bytes, bytes, item_size) || begin != *taken || begin > data_size ||
        end < begin || data_size - begin < bytes || end - begin != bytes)
        return false;
    *taken += bytes;
    return true;
}

static bool multiply_rest(uint64_t *bytes, const uint64_t *shape, size_t n_dims)
{
    for (; n_dims > 0; n_dims--, shape++) {
        if (*shape == 0)
            *bytes = 0;
        else if (*bytes <= UINT64_MAX / *shape)
            *bytes *= *shape;
        else
            return false;
    }
    return true;
}

RIGHT(safetensors_tensor, tensor_step_by_step, "the size is one more dimension")
bool tensor_step_by_step(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                         uint64_t end, size_t n_dims, uint64_t item_size,
                         uint64_t data_size)
{
    uint64_t bytes = 1;
    if (!multiply_rest(&bytes, shape, n_dims) || !multiply_rest(&bytes, &item_size, 1))
        return false;
    if (*taken != begin || begin > end || end > data_size || end != begin + bytes)
        return false;
    *taken = begin + bytes;
    return true;
}

// ------------------------------------------------------------------------- 12.3 to_float

static float half_to_float(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16;
    uint32_t e = h >> 10 & 31, m = h & 1023, bits;
    float value;
    if (e == 31)
        bits = 0x7f800000 | m << 13;
    else if (e > 0)
        bits = (e + 112) << 23 | m << 13;
    else if (m == 0)
        bits = 0;
    else {
        for (e = 113; !(m & 1024); e--)
            m <<= 1;
        bits = e << 23 | (m & 1023) << 13;
    }
    bits |= sign;
    memcpy(&value, &bits, 4);
    return value;
}

RIGHT(to_float, floats_by_bits, "the bits of a float are put together and copied")
bool floats_by_bits(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                    size_t n_fraction)
{
    const bool is_half = n_exponent == 5 && n_fraction == 10;
    const bool is_brain = n_exponent == 8 && n_fraction == 7;
    if (!is_half && !is_brain && !(n_exponent == 8 && n_fraction == 23))
        return false;
    for (size_t k = 0; k < n; k++)
        if (is_half) {
            out[k] = half_to_float((uint16_t)(bytes[2 * k] | bytes[2 * k + 1] << 8));
        } else {
            uint32_t bits = 0;
            for (size_t j = 0; j < (is_brain ? 2u : 4u); j++)
                bits |= (uint32_t)bytes[(is_brain ? 2 : 4) * k + j]
                        << 8 * (j + (is_brain ? 2 : 0));
            memcpy(out + k, &bits, 4);
        }
    return true;
}

RIGHT(to_float, floats_by_pow, "the formula as it stands, with pow in double")
bool floats_by_pow(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                   size_t n_fraction)
{
    const size_t E = n_exponent, M = n_fraction;
    if ((E != 8 || M != 23) && (E != 5 || M != 10) && (E != 8 || M != 7))
        return false;
    const size_t w = (1 + E + M) / 8;
    const double b = pow(2, (double)E - 1) - 1;
    for (size_t k = 0; k < n; k++) {
        uint64_t bits = 0;
        for (size_t j = 0; j < w; j++)
            bits += (uint64_t)bytes[k * w + j] << 8 * j;
        const double e = (double)(bits >> M & ((1u << E) - 1));
        const double m = (double)(bits & ((1u << M) - 1)) / pow(2, (double)M);
        const double s = bits >> (E + M) ? -1 : 1;
        if (e == pow(2, (double)E) - 1)
            out[k] = m == 0 ? (float)(s * INFINITY) : NAN;
        else if (e == 0)
            out[k] = (float)(s * pow(2, 1 - b) * m);
        else
            out[k] = (float)(s * pow(2, e - b) * (1 + m));
    }
    return true;
}

RIGHT(to_float, floats_backwards,
      "from the last number to the first, by halving and doubling")
bool floats_backwards(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                      size_t n_fraction)
{
    const size_t kind = n_exponent * 100 + n_fraction;
    if ((kind != 823 && kind != 510 && kind != 807) || n_exponent > 8)
        return false;
    const size_t w = kind == 823 ? 4 : 2;
    for (size_t k = n; k-- > 0;) {
        uint32_t bits = 0;
        for (size_t j = w; j-- > 0;)
            bits = bits * 256 + bytes[k * w + j];
        const int top = (1 << n_exponent) - 1;
        int e = (int)(bits >> n_fraction) & top;
        double x = bits % (1u << n_fraction);
        const bool odd = e == top;
        const bool is_nan = odd && x != 0;
        if (e > 0)
            x += 1u << n_fraction;
        else
            e = 1;
        for (int step = e - top / 2 - (int)n_fraction; step != 0 && !odd;
             step += step < 0 ? 1 : -1)
            x = step < 0 ? x / 2 : x * 2;
        if (odd)
            x = is_nan ? NAN : INFINITY;
        out[k] = (float)copysign(x, bits >> (8 * w - 1) ? -1.0 : 1.0);
    }
    return true;
}

RIGHT(to_float, floats_one_by_one, "one number at a time, by a call of the solution")
bool floats_one_by_one(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                       size_t n_fraction)
{
    float none;
    if (!to_float(&none, bytes, 0, n_exponent, n_fraction))
        return false;
    for (size_t k = 0; k < n; k++)
        to_float(out + k, bytes + k * ((1 + n_exponent + n_fraction) / 8), 1, n_exponent,
                 n_fraction);
    return true;
}

// ------------------------------------------------------------------------ 12.4 row_norms

RIGHT(row_norms, norms_by_hypot, "hypot, number by number")
bool norms_by_hypot(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        norms[v] = 0;
        for (size_t i = 0; i < d_model; i++)
            norms[v] = isnan(table[v * d_model + i]) || isnan(norms[v])
                           ? (double)NAN
                           : hypot(norms[v], (double)table[v * d_model + i]);
    }
    return true;
}

RIGHT(row_norms, norms_backwards, "from the last number of the last row")
bool norms_backwards(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = vocab_size; v-- > 0;) {
        double sum = 0;
        for (size_t i = d_model; i-- > 0;)
            sum += pow((double)table[v * d_model + i], 2);
        norms[v] = pow(sum, 0.5);
    }
    return true;
}

RIGHT(row_norms, norms_in_two_passes, "the squares into norms, then the roots")
bool norms_in_two_passes(double *norms, const float *table, size_t vocab_size,
                         size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++)
        norms[v] = 0;
    for (size_t i = 0; i < d_model; i++)
        for (size_t v = 0; v < vocab_size; v++)
            norms[v] += (double)table[v * d_model + i] * (double)table[v * d_model + i];
    for (double *norm = norms; norm != norms + vocab_size; norm++)
        *norm = sqrt(*norm);
    return true;
}

RIGHT(row_norms, norms_with_four_sums, "four partial sums, and long double")
bool norms_with_four_sums(double *norms, const float *table, size_t vocab_size,
                          size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        long double sums[4] = {0};
        for (size_t i = 0; i < d_model; i++)
            sums[i % 4] +=
                (long double)table[v * d_model + i] * (long double)table[v * d_model + i];
        norms[v] = sqrt((double)(sums[0] + sums[1] + sums[2] + sums[3]));
    }
    return true;
}

// ------------------------------------------------------------------- 12.5 nearest_tokens

static double cosine_with(const float *table, const double *norms, size_t v, size_t t,
                          size_t d)
{
    double sum = 0;
    for (size_t i = 0; i < d; i++)
        sum += (double)table[v * d + i] * (double)table[t * d + i];
    return norms[v] > 0 && norms[t] > 0 ? sum / (norms[v] * norms[t]) : 0;
}

RIGHT(nearest_tokens, neighbours_after_the_last,
      "for each place, the best of those that come after the last one chosen")
bool neighbours_after_the_last(uint32_t *top, const float *table, const double *norms,
                               uint32_t token, size_t n_top, size_t vocab_size,
                               size_t d_model)
{
    if (token >= vocab_size || n_top >= vocab_size)
        return false;
    double *cosines = malloc(vocab_size * sizeof *cosines), last = INFINITY;
    size_t last_v = 0;
    for (size_t v = 0; v < vocab_size; v++)
        cosines[v] = cosine_with(table, norms, v, token, d_model);
    for (size_t k = 0; k < n_top; k++) {
        size_t best = vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            if (v != token &&
                (cosines[v] < last || (k > 0 && cosines[v] == last && v > last_v)) &&
                (best == vocab_size || cosines[v] > cosines[best]))
                best = v;
        top[k] = (uint32_t)best;
        last_v = best, last = cosines[best];
    }
    free(cosines);
    return true;
}

struct neighbour {
    double cosine;
    uint32_t id;
};

static int compare_neighbours(const void *a, const void *b)
{
    const struct neighbour *x = a, *y = b;
    if (x->cosine != y->cosine)
        return x->cosine < y->cosine ? 1 : -1;
    return x->id < y->id ? -1 : 1;
}

RIGHT(nearest_tokens, neighbours_sorted, "all of them sorted, and the first ones taken")
bool neighbours_sorted(uint32_t *top, const float *table, const double *norms,
                       uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    struct neighbour *all = malloc(vocab_size * sizeof *all);
    size_t n = 0;
    for (uint32_t v = 0; v < vocab_size; v++)
        if (v != token)
            all[n++] =
                (struct neighbour){cosine_with(table, norms, v, token, d_model), v};
    if (n > 0)
        qsort(all, n, sizeof *all, compare_neighbours);
    for (size_t k = 0; k < n_top; k++)
        top[k] = all[k].id;
    free(all);
    return true;
}

RIGHT(nearest_tokens, neighbours_from_the_end,
      "the ids downwards, so that equals must overtake; a list of the cosines beside top")
bool neighbours_from_the_end(uint32_t *top, const float *table, const double *norms,
                             uint32_t token, size_t n_top, size_t vocab_size,
                             size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    double *best = malloc((n_top + 1) * sizeof *best);
    size_t n = 0;
    for (size_t v = vocab_size; v-- > 0;) {
        if (v == token)
            continue;
        const double cosine = cosine_with(table, norms, v, token, d_model);
        size_t k = n;
        while (k > 0 && cosine >= best[k - 1])
            k--;
        if (k == n_top)
            continue;
        n += n < n_top;
        for (size_t j = n - 1; j > k; j--)
            top[j] = top[j - 1], best[j] = best[j - 1];
        top[k] = (uint32_t)v, best[k] = cosine;
    }
    free(best);
    return true;
}

RIGHT(nearest_tokens, neighbours_by_units,
      "the token's row divided by its length first, the lengths computed anew")
bool neighbours_by_units(uint32_t *top, const float *table, const double *norms,
                         uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    (void)norms;
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    double *cosines = calloc(vocab_size, sizeof *cosines);
    double *squares = calloc(vocab_size, sizeof *squares);
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d_model; i++) {
            const double x = (double)table[v * d_model + i];
            squares[v] += x * x;
            cosines[v] += x * (double)table[token * d_model + i];
        }
    for (size_t v = 0; v < vocab_size; v++)
        cosines[v] = squares[v] == 0 || squares[token] == 0
                         ? 0
                         : cosines[v] / sqrt(squares[token]) / sqrt(squares[v]);
    cosines[token] = -INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        size_t best = 0;
        for (size_t v = 1; v < vocab_size; v++)
            best = cosines[v] > cosines[best] ? v : best;
        top[k] = (uint32_t)best;
        cosines[best] = -INFINITY;
    }
    free(cosines);
    free(squares);
    return true;
}
