#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool safetensors_header(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    uint64_t n = 0;
    if (file_size < 8)
        return false;
    for (size_t k = 8; k-- > 0;)
        n = n * 256 + start[k];
    if (n < 2 || n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

/*
What to notice: nothing is added to `n`, so nothing can overflow; and `start[8]` is read
last, when the other conditions have made sure that it is there. The loop does not know how
the machine orders its bytes, and so it is right on all of them.
*/

bool safetensors_tensor(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                        uint64_t end, size_t n_dims, uint64_t item_size,
                        uint64_t data_size)
{
    uint64_t bytes = 1;
    if (begin != *taken || end < begin || end > data_size)
        return false;
    for (size_t k = 0; k <= n_dims; k++) {
        const uint64_t factor = k < n_dims ? shape[k] : item_size;
        if (factor > 0 && bytes > UINT64_MAX / factor)
            return false;
        bytes *= factor;
    }
    if (bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

/*
What to notice: the division asks whether the product *would* fit, before it is made. (After
an overflow of a `uint64_t` there is nothing left to see: the result is a good number like any
other.) And no tensor is ever compared with another one: `*taken` is all that needs to be known
of those before.
*/

bool to_float(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
              size_t n_fraction)
{
    if (!(n_exponent == 8 && n_fraction == 23) &&
        !(n_exponent == 5 && n_fraction == 10) && !(n_exponent == 8 && n_fraction == 7))
        return false;
    const size_t width = (1 + n_exponent + n_fraction) / 8;
    const uint32_t most = (1u << n_exponent) - 1, one = 1u << n_fraction;
    const int lowest = 1 - (int)(most / 2) - (int)n_fraction;
    for (size_t k = 0; k < n; k++) {
        uint32_t bits = 0;
        for (size_t j = width; j-- > 0;)
            bits = bits << 8 | bytes[k * width + j];
        const uint32_t e = bits >> n_fraction & most, m = bits & (one - 1);
        float value = m ? NAN : INFINITY;
        if (e == 0)
            value = ldexpf((float)m, lowest);
        else if (e < most)
            value = ldexpf((float)(m + one), lowest + (int)e - 1);
        out[k] = bits >> (n_exponent + n_fraction) ? -value : value;
    }
    return true;
}

/*
What to notice: subnormal numbers and normal ones of the smallest exponent have the same step,
2 to the power of `lowest`; the only difference is the hidden 1 in front of the fraction. `m + one` has at most 24
bits, so it is a `float` without rounding. A format of 32 bits could be read by copying its
bits; the rule does all three.
*/

bool row_norms(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0.0;
        for (size_t i = 0; i < d_model; i++) {
            const double x = (double)table[v * d_model + i];
            sum += x * x;
        }
        norms[v] = sqrt(sum);
    }
    return true;
}

/*
What to notice: the largest square of a `float` is about $10^{77}$, and a `double` holds
$10^{308}$, so no row of floats is too long for its own length.
*/

static double cosine_of(const float *table, const double *norms, size_t v, size_t w,
                        size_t d_model)
{
    double sum = 0.0;
    for (size_t i = 0; i < d_model; i++)
        sum += (double)table[v * d_model + i] * (double)table[w * d_model + i];
    return norms[v] == 0.0 || norms[w] == 0.0 ? 0.0 : sum / (norms[v] * norms[w]);
}

bool nearest_tokens(uint32_t *top, const float *table, const double *norms,
                    uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    double least = 0.0; // the cosine of the last one in the list
    for (size_t v = 0, n = 0; v < vocab_size && n_top > 0; v++) {
        if (v == token)
            continue;
        const double cosine = cosine_of(table, norms, v, token, d_model);
        if (n == n_top && cosine <= least)
            continue;
        size_t k = n < n_top ? n++ : n - 1;
        for (; k > 0 && cosine > cosine_of(table, norms, top[k - 1], token, d_model); k--)
            top[k] = top[k - 1];
        top[k] = (uint32_t)v;
        least = cosine_of(table, norms, top[n - 1], token, d_model);
    }
    return true;
}

/*
What to notice: once the list is full, a row that is not better than its last one costs one
dot product and one comparison, and nearly all rows are of that kind. Equals stay where they
are, because only a greater cosine moves an entry: the smaller id came first and stays first.
*/
