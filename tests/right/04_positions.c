// Other right answers to the exercises of chapter 4: ways to write them that differ from the
// solutions', and that the tests must accept.
#include <assert.h>
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ------------------------------------------------------------------ 4.1 attention_forward

RIGHT(attention_forward, in_float, "all sums in float, the mask as minus infinity")
bool in_float(float *out, float *att, const float *q, const float *k, const float *v,
              size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens, largest = -INFINITY, sum = 0.0f;
        for (size_t s = 0; s < n_tokens; s++) {
            row[s] = 0.0f;
            for (size_t i = 0; i < d_head; i++)
                row[s] += q[t * d_head + i] * k[s * d_head + i];
            row[s] = causal && s > t ? -INFINITY : row[s] / sqrtf((float)d_head);
            largest = row[s] > largest ? row[s] : largest;
        }
        for (size_t s = 0; s < n_tokens; s++)
            sum += row[s] = expf(row[s] - largest);
        memset(out + t * d_head, 0, d_head * sizeof *out);
        for (size_t s = 0; s < (causal ? t + 1 : n_tokens); s++) {
            row[s] /= sum;
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] += row[s] * v[s * d_head + i];
        }
    }
    return true;
}

RIGHT(attention_forward, scores_in_double,
      "scores and shares in double, in malloc's memory")
bool scores_in_double(float *out, float *att, const float *q, const float *k,
                      const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    double *z = malloc(n_tokens * sizeof *z), *mixed = malloc(d_head * sizeof *mixed);
    assert(z != NULL && mixed != NULL);
    for (size_t t = 0; t < n_tokens; t++) {
        double largest = -HUGE_VAL, sum = 0.0;
        for (size_t s = 0; s < n_tokens; s++) {
            z[s] = 0.0;
            for (size_t i = 0; i < d_head; i++)
                z[s] += (double)q[t * d_head + i] * (double)k[s * d_head + i];
            z[s] = causal && s > t ? -HUGE_VAL : z[s] / sqrt((double)d_head);
            largest = fmax(largest, z[s]);
        }
        for (size_t s = 0; s < n_tokens; s++)
            sum += z[s] = exp(z[s] - largest);
        memset(mixed, 0, d_head * sizeof *mixed);
        for (size_t s = 0; s < n_tokens; s++) {
            att[t * n_tokens + s] = (float)(z[s] / sum);
            for (size_t i = 0; i < d_head && z[s] > 0.0; i++)
                mixed[i] += z[s] * (double)v[s * d_head + i];
        }
        for (size_t i = 0; i < d_head; i++)
            out[t * d_head + i] = (float)(mixed[i] / sum);
    }
    free(z);
    free(mixed);
    return true;
}

RIGHT(attention_forward, in_one_pass, "the largest and the sum mended from key to key")
bool in_one_pass(float *out, float *att, const float *q, const float *k, const float *v,
                 size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    memset(att, 0, n_tokens * n_tokens * sizeof *att);
    memset(out, 0, n_tokens * d_head * sizeof *out);
    const float root = sqrtf((float)d_head);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens, largest = 0.0f, sum = 0.0f;
        const size_t end = causal ? t : n_tokens - 1;
        for (size_t s = 0; s <= end; s++) {
            float score = 0.0f;
            for (size_t i = 0; i < d_head; i++)
                score += q[t * d_head + i] / root * k[s * d_head + i];
            row[s] = score;
            if (s == 0)
                largest = score;
            if (score > largest) {
                sum *= expf(largest - score);
                largest = score;
            }
            sum += expf(score - largest);
        }
        for (size_t s = 0; s <= end; s++) {
            row[s] = expf(row[s] - largest) / sum;
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] =
                    fmaf(row[s], v[s * d_head + i], out[t * d_head + i]);
        }
    }
    return true;
}

RIGHT(attention_forward, in_tiles,
      "tiles of 16 keys, eight sums side by side, the mask added as minus infinity")
bool in_tiles(float *out, float *att, const float *q, const float *k, const float *v,
              size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t first = 0; first < n_tokens; first += 16)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t s = first; s < first + 16 && s < n_tokens; s++) {
                float lanes[8] = {0}, sum = 0.0f;
                for (size_t i = 0; i < d_head; i++)
                    lanes[i % 8] += q[t * d_head + i] * k[s * d_head + i];
                for (size_t lane = 0; lane < 8; lane++)
                    sum += lanes[lane];
                att[t * n_tokens + s] =
                    sum / sqrtf((float)d_head) + (causal && s > t ? -INFINITY : 0.0f);
            }
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens, largest = row[0];
        double sum = 0.0;
        for (size_t s = 1; s < n_tokens; s++)
            largest = fmaxf(largest, row[s]);
        for (size_t s = 0; s < n_tokens; s++)
            sum += (double)expf(row[s] - largest);
        for (size_t s = 0; s < n_tokens; s++)
            row[s] = (float)((double)expf(row[s] - largest) / sum);
        for (size_t i = 0; i < d_head; i++) {
            out[t * d_head + i] = 0.0f;
            for (size_t s = 0; s < n_tokens && (!causal || s <= t); s++)
                out[t * d_head + i] += row[s] * v[s * d_head + i];
        }
    }
    return true;
}

static float pairwise(const float *a, const float *b, size_t n)
{
    return n == 1 ? *a * *b
                  : pairwise(a, b, n / 2) + pairwise(a + n / 2, b + n / 2, n - n / 2);
}

RIGHT(attention_forward, by_halves,
      "sums by recursion, shares as exp(z - log of the sum)")
bool by_halves(float *out, float *att, const float *q, const float *k, const float *v,
               size_t n_tokens, size_t d_head, bool causal)
{
    if (!n_tokens || !d_head)
        return false;
    for (size_t t = n_tokens; t--;) {
        const size_t n = causal ? t + 1 : n_tokens;
        double largest = -INFINITY, sum = 0.0;
        float *row = att + t * n_tokens;
        for (size_t s = n; s--;) {
            row[s] =
                pairwise(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
            largest = (double)row[s] > largest ? (double)row[s] : largest;
        }
        for (size_t s = n; s--;)
            sum += exp((double)row[s] - largest);
        for (size_t s = n; s--;)
            row[s] = (float)exp((double)row[s] - largest - log(sum));
        for (size_t s = n; s < n_tokens; s++)
            row[s] = 0;
        for (size_t i = 0; i < d_head; i++) {
            double mixed = 0.0;
            for (size_t s = n; s--;)
                mixed += (double)(row[s] * v[s * d_head + i]);
            out[t * d_head + i] = (float)mixed;
        }
    }
    return true;
}

RIGHT(attention_forward, queries_scaled_first,
      "every product scaled, values mixed before the division by the sum")
bool queries_scaled_first(float *out, float *att, const float *q, const float *k,
                          const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens * d_head == 0)
        return false;
    const double root = pow((double)d_head, -0.25);
    for (size_t t = n_tokens; t-- > 0;) {
        double largest = -INFINITY, sum = 0.0;
        const size_t end = causal ? t + 1 : n_tokens;
        for (size_t s = end; s-- > 0;) {
            double score = 0.0;
            for (size_t i = d_head; i-- > 0;)
                score +=
                    root * (double)q[t * d_head + i] * (root * (double)k[s * d_head + i]);
            att[t * n_tokens + s] = (float)score;
            largest = fmax(largest, score);
        }
        for (size_t s = 0; s < n_tokens; s++) {
            const double score = (double)att[t * n_tokens + s];
            att[t * n_tokens + s] = s < end ? (float)exp(score - largest) : 0.0f;
            sum += (double)att[t * n_tokens + s];
        }
        for (size_t i = 0; i < d_head; i++) {
            double mixed = 0.0;
            for (size_t s = 0; s < end; s++)
                mixed += (double)att[t * n_tokens + s] * (double)v[s * d_head + i];
            out[t * d_head + i] = (float)(mixed / sum);
        }
        for (size_t s = 0; s < end; s++)
            att[t * n_tokens + s] = (float)((double)att[t * n_tokens + s] / sum);
    }
    return true;
}

RIGHT(attention_forward, in_blocks_of_keys,
      "blocks of 64 keys, sum and mixture made smaller where a block is louder, in float")
bool in_blocks_of_keys(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens, *mixed = out + t * d_head;
        float largest = -INFINITY, sum = 0.0f;
        const size_t n = causal ? t + 1 : n_tokens;
        memset(mixed, 0, d_head * sizeof *mixed);
        memset(row, 0, n_tokens * sizeof *row);
        for (size_t first = 0; first < n; first += 64) {
            const size_t end = first + 64 < n ? first + 64 : n;
            float louder = largest;
            for (size_t s = first; s < end; s++) {
                for (size_t i = 0; i < d_head; i++)
                    row[s] += q[t * d_head + i] * k[s * d_head + i];
                row[s] /= sqrtf((float)d_head);
                louder = fmaxf(louder, row[s]);
            }
            const float smaller = expf(largest - louder);
            sum *= smaller;
            for (size_t i = 0; i < d_head; i++)
                mixed[i] *= smaller;
            largest = louder;
            for (size_t s = first; s < end; s++) {
                const float part = expf(row[s] - largest);
                sum += part;
                for (size_t i = 0; i < d_head; i++)
                    mixed[i] += part * v[s * d_head + i];
            }
        }
        for (size_t s = 0; s < n; s++)
            row[s] = expf(row[s] - largest) / sum;
        for (size_t i = 0; i < d_head; i++)
            mixed[i] /= sum;
    }
    return true;
}

// ---------------------------------------------------------------------- 4.2 add_positions

RIGHT(add_positions, row_by_row, "two loops and row pointers")
bool row_by_row(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                size_t d_model)
{
    if (max_seq_len < n_tokens)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *x_t = x + t * d_model;
        const float *wpe_t = wpe + t * d_model;
        for (size_t i = 0; i < d_model; i++)
            x_t[i] = wpe_t[i] + x_t[i];
    }
    return true;
}

RIGHT(add_positions, backwards_with_pointers, "one pointer walk from the end")
bool backwards_with_pointers(float *x, const float *wpe, size_t n_tokens,
                             size_t max_seq_len, size_t d_model)
{
    const bool fits = n_tokens <= max_seq_len;
    for (size_t left = fits ? n_tokens * d_model : 0; left > 0; left--)
        x[left - 1] = (float)((double)x[left - 1] + (double)wpe[left - 1]);
    return fits;
}

RIGHT(add_positions, by_a_copied_row,
      "each row added in a copy, and printed while looking for a mistake")
bool by_a_copied_row(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                     size_t d_model)
{
    float *row = malloc((d_model + 1) * sizeof *row);
    bool good = row != NULL && !(n_tokens > max_seq_len);
    if (n_tokens < 3)
        printf("add_positions: %zu of %zu\n", n_tokens, max_seq_len);
    for (size_t t = 0; good && d_model > 0 && t < n_tokens; ++t) {
        memcpy(row, &x[t * d_model], d_model * sizeof *row);
        for (size_t i = 0; i < d_model; ++i)
            row[i] += wpe[t * d_model + i];
        memcpy(&x[t * d_model], row, d_model * sizeof *row);
    }
    free(row);
    return good;
}

RIGHT(add_positions, column_after_column, "columns outside, nothing to do first")
bool column_after_column(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                         size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    if (n_tokens == 0 || d_model == 0)
        return true;
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = 0; t < n_tokens; t++)
            if (wpe[t * d_model + i] != 0.0f)
                x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

// ------------------------------------------------------------------- 4.3 sinusoidal_table

RIGHT(sinusoidal_table, angles_added_up, "the angle added up from row to row, in double")
bool angles_added_up(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2)
        return false;
    for (size_t i = 0; i < d_model; i += 2) {
        const double speed = pow(1e4, -((double)i / (double)d_model));
        double angle = 0.0;
        for (size_t p = 0; p < max_seq_len; p++) {
            wpe[p * d_model + i] = (float)sin(angle);
            wpe[p * d_model + i + 1] = (float)cos(angle);
            angle += speed;
        }
    }
    return true;
}

RIGHT(sinusoidal_table, turned_on,
      "each row is the one before, turned, in double; speeds by products")
bool turned_on(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model < 2 || d_model / 2 * 2 != d_model)
        return false;
    const double factor = pow(10000.0, -2.0 / (double)d_model);
    double speed = 1.0;
    for (size_t i = 0; i < d_model / 2; i++, speed *= factor) {
        const double c = cos(speed), s = sin(speed);
        double sine = 0.0, cosine = 1.0;
        for (float *pair = wpe + 2 * i; pair < wpe + max_seq_len * d_model;
             pair += d_model) {
            pair[0] = (float)sine;
            pair[1] = (float)cosine;
            const double kept = sine * c + cosine * s;
            cosine = cosine * c - sine * s;
            sine = kept;
        }
    }
    return true;
}

RIGHT(sinusoidal_table, column_by_column,
      "a loop over single columns, the speed as an exponential of a logarithm")
bool column_by_column(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || (d_model & 1) == 1)
        return false;
    for (size_t at = 0; at < max_seq_len * d_model; at++) {
        const size_t j = at % d_model, even = j - j % 2;
        const double speed = exp(-log(10000.0) * (double)even / (double)d_model);
        const double angle = (double)(at / d_model) * speed;
        wpe[at] = (float)(j == even ? sin(angle) : cos(angle));
    }
    return true;
}

RIGHT(sinusoidal_table, divided_by_power,
      "p / 10000^(2i/d), and the cosine as a sine a quarter turn ahead")
bool divided_by_power(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model % 2 != 0 || d_model == 0)
        return false;
    const double quarter = acos(0.0);
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model; i += 2) {
            const double angle = (double)p / pow(10000.0, (double)i / (double)d_model);
            wpe[p * d_model + i] = (float)sin(angle);
            wpe[p * d_model + i + 1] = (float)sin(angle + quarter);
        }
    return true;
}

RIGHT(sinusoidal_table, by_complex_numbers,
      "the exponential of a complex number, and powers of 10")
bool by_complex_numbers(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model & 1)
        return false;
    for (size_t p = max_seq_len; p-- > 0;)
        for (size_t j = 0; j < d_model; j += 2) {
            const double angle =
                (double)p * pow(10.0, -4.0 * (double)j / (double)d_model);
            const double complex point = cexp(angle * I);
            wpe[p * d_model + j] = (float)cimag(point);
            wpe[p * d_model + j + 1] = (float)creal(point);
        }
    return true;
}

// ------------------------------------------------------------------- 4.4 rope_interleaved

RIGHT(rope_interleaved, near_zeros_left,
      "pairs of zeros, and those that the tables leave alone, are skipped")
bool near_zeros_left(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t j = 0; j < n_tokens * n_heads * (d_head / 2); j++) {
        const size_t i = j % (d_head / 2),
                     at = j / (d_head / 2) / n_heads * (d_head / 2) + i;
        float *row = x + j / (d_head / 2) * d_head;
        const float c = cosines[at], s = sines[at];
        const float first = row[2 * i], second = row[2 * i + 1];
        if ((first == 0 && second == 0) || (c == 1 && s == 0))
            continue;
        row[2 * i] = first * c - second * s;
        row[2 * i + 1] = first * s + second * c;
    }
    return true;
}

RIGHT(rope_interleaved, near_three_loops, "token, head, pair, and the row copied first")
bool near_three_loops(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++)
            for (size_t j = 0; j < d_head; j += 2) {
                float *pair = x + (t * n_heads + h) * d_head + j, kept[2];
                memcpy(kept, pair, sizeof kept);
                const size_t at = t * (d_head / 2) + j / 2;
                pair[0] = kept[0] * cosines[at] - kept[1] * sines[at];
                pair[1] = kept[1] * cosines[at] + kept[0] * sines[at];
            }
    return true;
}

RIGHT(rope_interleaved, near_pairs_outside, "pairs outside, tokens inside, in double")
bool near_pairs_outside(float *x, const float *cosines, const float *sines,
                        size_t n_tokens, size_t n_heads, size_t d_head)
{
    const size_t n_pairs = d_head / 2;
    if (n_pairs == 0 || n_pairs * 2 != d_head)
        return false;
    for (size_t i = 0; i < n_pairs; i++)
        for (size_t row = n_tokens * n_heads; row-- > 0;) {
            const double c = (double)cosines[row / n_heads * n_pairs + i];
            const double s = (double)sines[row / n_heads * n_pairs + i];
            const double a = (double)x[row * d_head + 2 * i];
            const double b = (double)x[row * d_head + 2 * i + 1];
            x[row * d_head + 2 * i] = (float)(a * c - b * s);
            x[row * d_head + 2 * i + 1] = (float)(a * s + b * c);
        }
    return true;
}

RIGHT(rope_interleaved, near_three_products, "a turn by three products, in double")
bool near_three_products(float *x, const float *cosines, const float *sines,
                         size_t n_tokens, size_t n_heads, size_t d_head)
{
    if (!d_head || d_head & 1)
        return false;
    for (size_t at = 0; at + 1 < n_tokens * n_heads * d_head; at += 2) {
        const size_t angle = at / (n_heads * d_head) * (d_head / 2) + at % d_head / 2;
        const double c = (double)cosines[angle], s = (double)sines[angle];
        const double a = (double)x[at], b = (double)x[at + 1];
        const double shared = c * (a + b);
        x[at] = (float)(shared - b * (c + s));
        x[at + 1] = (float)(shared + a * (s - c));
    }
    return true;
}

RIGHT(rope_interleaved, near_three_float_products, "a turn by three products, in float")
bool near_three_float_products(float *x, const float *cosines, const float *sines,
                               size_t n_tokens, size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t row = 0; row < n_tokens * n_heads; row++)
        for (size_t i = 0; i < d_head / 2; i++) {
            float *pair = x + row * d_head + 2 * i;
            const float c = cosines[row / n_heads * (d_head / 2) + i];
            const float s = sines[row / n_heads * (d_head / 2) + i];
            const float shared = c * (pair[0] + pair[1]);
            const float turned = shared - pair[1] * (c + s);
            pair[1] = shared + pair[0] * (s - c);
            pair[0] = turned;
        }
    return true;
}

RIGHT(rope_interleaved, near_fused, "a copy of all of x, and fmaf")
bool near_fused(float *x, const float *cosines, const float *sines, size_t n_tokens,
                size_t n_heads, size_t d_head)
{
    if (d_head % 2 == 1 || d_head == 0)
        return false;
    const size_t n = n_tokens * n_heads * d_head, pairs = d_head / 2;
    float *old = malloc(n * sizeof *old + 1);
    assert(old);
    memcpy(old, x, n * sizeof *old);
    for (size_t h = 0; h < n_heads; h++)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t j = 0; j < d_head; j++) {
                const float c = cosines[t * pairs + j / 2], s = sines[t * pairs + j / 2];
                const float *row = old + (t * n_heads + h) * d_head;
                x[(t * n_heads + h) * d_head + j] =
                    j % 2 ? fmaf(row[j], c, row[j - 1] * s)
                          : fmaf(row[j], c, -row[j + 1] * s);
            }
    free(old);
    return true;
}

// -------------------------------------------------------------------- 4.5 rope_half_split

RIGHT(rope_half_split, half_zeros_left,
      "pairs of zeros, and those that the tables leave alone, are skipped")
bool half_zeros_left(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    for (size_t j = 0; j < n_tokens * n_heads * (d_head / 2); j++) {
        const size_t i = j % (d_head / 2),
                     at = j / (d_head / 2) / n_heads * (d_head / 2) + i;
        float *row = x + j / (d_head / 2) * d_head;
        const float c = cosines[at], s = sines[at];
        const float first = row[i], second = row[i + d_head / 2];
        if ((first == 0 && second == 0) || (c == 1 && s == 0))
            continue;
        row[i] = first * c - second * s;
        row[i + d_head / 2] = first * s + second * c;
    }
    return true;
}

RIGHT(rope_half_split, half_by_memcpy,
      "both halves copied out, then written back in double")
bool half_by_memcpy(float *x, const float *cosines, const float *sines, size_t n_tokens,
                    size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t half = d_head / 2;
    float *low = malloc(d_head * sizeof *low), *high = low + half;
    for (size_t row = n_tokens * n_heads; row-- > 0;) {
        memcpy(low, x + row * d_head, d_head * sizeof *low);
        for (size_t i = half; i-- > 0;) {
            const double c = (double)cosines[row / n_heads * half + i];
            const double s = (double)sines[row / n_heads * half + i];
            x[row * d_head + i] = (float)((double)low[i] * c - (double)high[i] * s);
            x[row * d_head + half + i] =
                (float)((double)low[i] * s + (double)high[i] * c);
        }
    }
    free(low);
    return true;
}

RIGHT(rope_half_split, half_pairs_outside, "pairs outside, then tokens, then heads")
bool half_pairs_outside(float *x, const float *cosines, const float *sines,
                        size_t n_tokens, size_t n_heads, size_t d_head)
{
    const size_t half = d_head >> 1;
    if (half == 0 || half + half != d_head)
        return false;
    for (size_t i = 0; i < half; i++)
        for (size_t t = 0; t < n_tokens; t++) {
            const float c = cosines[t * half + i], s = sines[t * half + i];
            for (size_t h = 0; h < n_heads; h++) {
                float *a = x + (t * n_heads + h) * d_head + i, *b = a + half;
                const float turned[2] = {c * *a - s * *b, s * *a + c * *b};
                *a = turned[0];
                *b = turned[1];
            }
        }
    return true;
}

RIGHT(rope_half_split, half_three_loops, "token, head, pair, with plain indices")
bool half_three_loops(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t half = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++)
            for (size_t i = 0; i < half; i++) {
                const size_t low = (t * n_heads + h) * d_head + i, high = low + half;
                const float kept = x[low];
                x[low] = kept * cosines[t * half + i] - x[high] * sines[t * half + i];
                x[high] = kept * sines[t * half + i] + x[high] * cosines[t * half + i];
            }
    return true;
}

RIGHT(rope_half_split, half_rotate_half,
      "x cos + (x with its halves exchanged, the new low one negated) sin")
bool half_rotate_half(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t half = d_head / 2;
    for (size_t row = 0; row < n_tokens * n_heads; row++) {
        float *x_row = x + row * d_head;
        const size_t at = row / n_heads * half;
        for (size_t i = 0; i < half; i++) {
            const float exchanged[2] = {-x_row[i + half], x_row[i]};
            x_row[i] = x_row[i] * cosines[at + i] + exchanged[0] * sines[at + i];
            x_row[i + half] =
                x_row[i + half] * cosines[at + i] + exchanged[1] * sines[at + i];
        }
    }
    return true;
}

// ------------------------------------------------------------------------- 4.6 rope_score

RIGHT(rope_score, score_by_turning, "really turns the key, by the distance")
bool score_by_turning(float *score, const float *q, const float *k, size_t m, size_t n,
                      size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    double sum = 0.0;
    for (size_t j = 0; j < d_head; j += 2) {
        const double speed = 1.0 / pow((double)base, (double)j / (double)d_head);
        const double angle = ((double)n - (double)m) * speed;
        const double c = cos(angle), s = sin(angle);
        sum += (double)q[j] * ((double)k[j] * c - (double)k[j + 1] * s);
        sum += (double)q[j + 1] * ((double)k[j] * s + (double)k[j + 1] * c);
    }
    *score = (float)sum;
    return true;
}

RIGHT(rope_score, score_by_lengths, "each pair as two lengths and the angle between them")
bool score_by_lengths(float *score, const float *q, const float *k, size_t m, size_t n,
                      size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double apart = n >= m ? (double)(n - m) : -(double)(m - n);
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double speed = exp(-2.0 * (double)i / (double)d_head * log((double)base));
        const double q_length = hypot((double)q[2 * i], (double)q[2 * i + 1]);
        const double k_length = hypot((double)k[2 * i], (double)k[2 * i + 1]);
        const double q_angle = atan2((double)q[2 * i + 1], (double)q[2 * i]);
        const double k_angle = atan2((double)k[2 * i + 1], (double)k[2 * i]);
        sum += q_length * k_length * cos(k_angle - q_angle + apart * speed);
    }
    *score = (float)sum;
    return true;
}

RIGHT(rope_score, score_both_turned,
      "both vectors turned, by half the distance each; products in float")
bool score_both_turned(float *score, const float *q, const float *k, size_t m, size_t n,
                       size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    float sum = 0.0f;
    for (size_t i = d_head / 2; i-- > 0;) {
        const double angle = ((double)n - (double)m) *
                             pow((double)base, -2.0 * (double)i / (double)d_head) / 2.0;
        const float c = (float)cos(angle), s = (float)sin(angle);
        const float q0 = q[2 * i] * c + q[2 * i + 1] * s;
        const float q1 = q[2 * i + 1] * c - q[2 * i] * s;
        const float k0 = k[2 * i] * c - k[2 * i + 1] * s;
        const float k1 = k[2 * i] * s + k[2 * i + 1] * c;
        sum += q0 * k0 + q1 * k1;
    }
    *score = sum;
    return true;
}

RIGHT(rope_score, score_by_products,
      "speeds by products, an early way out where nothing turns")
bool score_by_products(float *score, const float *q, const float *k, size_t m, size_t n,
                       size_t d_head, float base)
{
    if (!d_head || d_head & 1)
        return false;
    const double factor = 1.0 / pow((double)base, 2.0 / (double)d_head);
    double angle = (double)n - (double)m, sum = 0.0;
    for (size_t j = 0; j < d_head && m == n; j++)
        sum += (double)q[j] * (double)k[j];
    for (size_t j = 0; j < d_head && m != n; j += 2, angle *= factor) {
        const double a =
            (double)q[j] * (double)k[j] + (double)q[j + 1] * (double)k[j + 1];
        const double b =
            (double)q[j + 1] * (double)k[j] - (double)q[j] * (double)k[j + 1];
        sum += a * cos(angle);
        sum += b * sin(angle);
    }
    *score = (float)sum;
    return true;
}

RIGHT(rope_score, score_by_remainders,
      "whole turns taken away by remainder, as exactly as a double holds a turn")
bool score_by_remainders(float *score, const float *q, const float *k, size_t m, size_t n,
                         size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double turn = 2.0 * acos(-1.0), apart = (double)n - (double)m;
    double of_cosines = 0.0, of_sines = 0.0;
    for (size_t j = 0; j < d_head; j += 2) {
        const double angle =
            remainder(apart * pow((double)base, -(double)j / (double)d_head), turn);
        of_cosines +=
            ((double)q[j] * (double)k[j] + (double)q[j + 1] * (double)k[j + 1]) *
            cos(angle);
        of_sines += ((double)q[j + 1] * (double)k[j] - (double)q[j] * (double)k[j + 1]) *
                    sin(angle);
    }
    *score = (float)(of_cosines + of_sines);
    return true;
}
