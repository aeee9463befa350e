#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

// row[s] becomes exp(row[s]) / sum of all exp(row)
static void softmax(float *row, size_t n)
{
    float largest = row[0];
    for (size_t s = 1; s < n; s++)
        largest = row[s] > largest ? row[s] : largest;
    double sum = 0.0;
    for (size_t s = 0; s < n; s++) {
        row[s] = expf(row[s] - largest);
        sum += row[s];
    }
    for (size_t s = 0; s < n; s++)
        row[s] = (float)(row[s] / sum);
}

bool attention_forward(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    const double scale = 1.0 / sqrt((double)d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n_keys = causal ? t + 1 : n_tokens;
        float *att_t = att + t * n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            att_t[s] = (float)(dot(q + t * d_head, k + s * d_head, d_head) * scale);
        softmax(att_t, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            att_t[s] = 0.0f;
        for (size_t i = 0; i < d_head; i++) {
            double sum = 0.0;
            for (size_t s = 0; s < n_keys; s++)
                sum += (double)att_t[s] * v[s * d_head + i];
            out[t * d_head + i] = (float)sum;
        }
    }
    return true;
}

/*
Notice that nothing in this function knows what `t` means. `t` picks a row to
read and a row to write; it never becomes a number in a sum. The only place where
order slips in is `n_keys`: the causal mask. That is the whole of this chapter's
first finding, visible in the code.

Notice also that the mask is a shorter loop, not a large negative number. A
future key that is never looked at cannot leak, not even as `0 x NaN`.

The sums run in `double`. A sum in `float` depends a little on the order of its
terms, and the shuffle experiment changes exactly that order: with `float` sums
its zeros can come out as 0.00000006.
*/

bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += wpe[i];
    return true;
}

/*
Both matrices are row-major and both rows have `d_model` numbers, so element
`[t][i]` has the same flat place in `x` and in `wpe`: two loops become one. And
the check comes before the first addition. A function that adds rows until the
table runs out and then reports the failure has already spoilt its input.
*/

bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t i = 0; i < d_model / 2; i++) {
        const double frequency = pow(10000.0, -2.0 * (double)i / (double)d_model);
        for (size_t t = 0; t < max_seq_len; t++) {
            const double angle = (double)t * frequency;
            wpe[t * d_model + 2 * i] = (float)sin(angle);
            wpe[t * d_model + 2 * i + 1] = (float)cos(angle);
        }
    }
    return true;
}

/*
The frequency belongs to the pair, so the loop over pairs is outside and `pow`
runs `d_model / 2` times. The angle is a `double` because it grows: at position
100,000 the neighbouring floats are 0.008 apart, which is a visible part of a
turn. The table is made once, so its cost does not matter; its rows are read
for ever, so their error does.
*/

bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t row = 0; row < n_tokens * n_heads; row++) {
        const float *c = cosines + row / n_heads * n_pairs;
        const float *s = sines + row / n_heads * n_pairs;
        float *pair = x + row * d_head;
        for (size_t i = 0; i < n_pairs; i++) {
            const float a = pair[2 * i], b = pair[2 * i + 1];
            pair[2 * i] = a * c[i] - b * s[i];
            pair[2 * i + 1] = a * s[i] + b * c[i];
        }
    }
    return true;
}

/*
Both old values are read before either new one is written: in place, the first
line would otherwise feed its result to the second. `row / n_heads` is the
token: all heads of a token share its angles. There is no `sinf` here. The loop
does four multiplications and two additions a pair, and a memory-sized array
leaves it waiting for memory, which is why it keeps up with `memcpy`.
*/

bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t row = 0; row < n_tokens * n_heads; row++) {
        const float *c = cosines + row / n_heads * n_pairs;
        const float *s = sines + row / n_heads * n_pairs;
        float *low = x + row * d_head, *high = low + n_pairs;
        for (size_t i = 0; i < n_pairs; i++) {
            const float a = low[i], b = high[i];
            low[i] = a * c[i] - b * s[i];
            high[i] = a * s[i] + b * c[i];
        }
    }
    return true;
}

/*
Only the two addresses changed. Here the pair's members lie half a head apart, so
a vector unit can load eight or sixteen `low` neighbours and as many `high`
neighbours without shuffling lanes. The mathematics does not care.
*/

bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = q[2 * i], q1 = q[2 * i + 1];
        const double k0 = k[2 * i], k1 = k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

/*
`m` and `n` appear once, in their difference, and that is the proof of the
claim "RoPE scores depend on the distance only": nothing else of them is left.
The difference is taken in `double`, because `n - m` in `size_t` wraps round to
18,446,744,073,709,551,613 for n = 2, m = 5.
*/
