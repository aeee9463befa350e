#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// the cosine of two rows in double; 0 if one of them is all zeros
static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0.0 && bb > 0.0 ? ab / (sqrt(aa) * sqrt(bb)) : 0.0;
}

bool nearest_rows(uint32_t *nearest, double *cosines, const float *wte, uint32_t row,
                  size_t n_nearest, size_t vocab_size, size_t d_model)
{
    if (row >= vocab_size || n_nearest > vocab_size - 1)
        return false;
    size_t n = 0;
    for (size_t v = 0; v < vocab_size && n_nearest > 0; v++) {
        const double s = cosine(wte + row * d_model, wte + v * d_model, d_model);
        if (v == row || (n == n_nearest && !(s > cosines[n - 1])))
            continue;
        size_t k = n < n_nearest ? n++ : n - 1;
        for (; k > 0 && cosines[k - 1] < s; k--) {
            cosines[k] = cosines[k - 1];
            nearest[k] = nearest[k - 1];
        }
        cosines[k] = s;
        nearest[k] = (uint32_t)v;
    }
    return true;
}

/*
What to notice: one walk over the table, and the outputs are the only memory. Equal cosines
need no case of their own. A later row moves past an earlier one only if it is strictly
greater, so the smaller id stays in front. Most rows fail at the first comparison, with the
last of the kept ones, and so keeping the order costs next to nothing. What costs is that
the length of every row is computed again for every list.
*/

bool center_rows(float *out, float *mean, const float *wte, size_t vocab_size,
                 size_t d_model)
{
    if (vocab_size == 0)
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)wte[v * d_model + i];
        const double m = sum / (double)vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            out[v * d_model + i] = (float)((double)wte[v * d_model + i] - m);
        mean[i] = (float)m;
    }
    return true;
}

/*
What to notice: by finishing one column before the next, one `double` is all the memory that
the means need. It walks down columns, which chapter 1 warned of; for one pass over a table it
does not matter. `mean` is written, and never read: what is subtracted is `m`, with all its
bits.
*/

bool principal_components(float *components, float *variances, double *room,
                          const float *wte, size_t n_components, size_t n_steps,
                          size_t vocab_size, size_t d_model)
{
    if (n_components > d_model || n_steps == 0 || vocab_size == 0)
        return false;
    for (size_t k = 0; k < n_components; k++) {
        float *u = components + k * d_model;
        for (size_t step = 0; step < n_steps; step++) {
            for (size_t i = 0; i < d_model; i++)
                room[i] = 0.0;
            for (size_t v = 0; v < vocab_size; v++) {
                const float *row = wte + v * d_model;
                double p = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    p += (double)row[i] * (double)u[i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] += p * (double)row[i] / (double)vocab_size;
            }
            for (size_t e = 0; e < k; e++) {
                double part = 0.0;
                for (size_t i = 0; i < d_model; i++)
                    part += room[i] * (double)components[e * d_model + i];
                for (size_t i = 0; i < d_model; i++)
                    room[i] -= part * (double)components[e * d_model + i];
            }
            double square = 0.0;
            for (size_t i = 0; i < d_model; i++)
                square += room[i] * room[i];
            for (size_t i = 0; i < d_model; i++)
                u[i] = square > 0.0 ? (float)(room[i] / sqrt(square)) : 0.0f;
        }
        double variance = 0.0;
        for (size_t v = 0; v < vocab_size; v++) {
            double p = 0.0;
            for (size_t i = 0; i < d_model; i++)
                p += (double)wte[v * d_model + i] * (double)u[i];
            variance += p * p / (double)vocab_size;
        }
        variances[k] = (float)variance;
    }
    return true;
}

/*
What to notice: no matrix of $d \times d$ numbers is ever made. Each row is read, asked how
far it reaches along `u`, and adds itself that many times: a lookup's work, not a product's.
The earlier components are taken off in *every* round. Once would do for real numbers; with
rounding, a little of the longest direction is always left, and a little of what grows
fastest soon is much.
*/

bool analogy(uint32_t *answer, const float *wte, uint32_t a, uint32_t b, uint32_t c,
             bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    if (a >= vocab_size || b >= vocab_size || c >= vocab_size)
        return false;
    const float *wte_a = wte + a * d_model, *wte_b = wte + b * d_model;
    const float *wte_c = wte + c * d_model;
    size_t best = vocab_size;
    double best_score = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        if (exclude_inputs && (v == a || v == b || v == c))
            continue;
        const float *row = wte + v * d_model;
        const double score = cosine(row, wte_b, d_model) - cosine(row, wte_a, d_model) +
                             cosine(row, wte_c, d_model);
        if (best == vocab_size || score > best_score) {
            best = v;
            best_score = score;
        }
    }
    if (best == vocab_size)
        return false;
    *answer = (uint32_t)best;
    return true;
}

/*
What to notice: the arrows are gone. What looks like a journey through a space of a hundred
dimensions is a sum of three likenesses, and each can be asked for by itself: that is how the
controls of the next section are made. `best` starts as an id that no row has, so that the
first candidate is taken whatever its score.
*/

static bool is_rotation(const float *rotation, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = 0.0;
            for (size_t j = 0; j < d; j++)
                sum += (double)rotation[i * d + j] * (double)rotation[k * d + j];
            if (!(fabs(sum - (i == k ? 1.0 : 0.0)) <= 0.001))
                return false;
        }
    return true;
}

bool rotate_rows(float *out, const float *wte, const float *rotation, size_t vocab_size,
                 size_t d_model)
{
    if (vocab_size == 0)
        return true;
    if (!is_rotation(rotation, d_model))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t j = 0; j < d_model; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)wte[v * d_model + i] * (double)rotation[i * d_model + j];
            out[v * d_model + j] = (float)sum;
        }
    return true;
}

/*
What to notice: the condition is written so that it must *hold*, `!(x <= 0.001)`, and not so
that its opposite must fail, `x > 0.001`. For numbers the two are the same. For a NaN every
comparison is false, and only the first form refuses it.
*/
