#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static bool all_below(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    return true;
}

bool mean_pool(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
               size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0 || !all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

/*
What to notice: nothing of the ids' order is left after the sum, and nobody asked for it. A
token that occurs twice is read twice, and so weighs twice: the function needs no counts. All
ids are looked at before the first number is written, for `out` must stay as it was if the last
of them is bad.
*/

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

bool search(uint32_t *found, double *cosines, const float *rows, const float *query,
            size_t n_found, size_t n_rows, size_t d_model)
{
    if (n_found > n_rows)
        return false;
    size_t n = 0;
    for (size_t r = 0; r < n_rows && n_found > 0; r++) {
        const double s = cosine(rows + r * d_model, query, d_model);
        if (n == n_found && !(s > cosines[n - 1]))
            continue;
        size_t k = n < n_found ? n++ : n - 1;
        for (; k > 0 && cosines[k - 1] < s; k--) {
            cosines[k] = cosines[k - 1];
            found[k] = found[k - 1];
        }
        cosines[k] = s;
        found[k] = (uint32_t)r;
    }
    return true;
}

/*
What to notice: it is `nearest_rows` of chapter 7 without the row that is left out, and that
makes it simpler. Equal cosines need no case of their own, since a later row moves past an
earlier one only if it is strictly greater. The length of the query is computed again for every
row; for one more line it could be computed once, but the length of the *rows* is what costs,
and "The same search, faster" is about that.
*/

bool weighted_pool(float *out, const float *wte, const uint32_t *ids, const double *p,
                   double a, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0 || !(a > 0.0 && a < INFINITY) ||
        !all_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (!(p[ids[t]] >= 0.0 && p[ids[t]] <= 1.0))
            return false;
    for (size_t i = 0; i < d_model; i++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += a / (a + p[ids[t]]) * (double)wte[ids[t] * d_model + i];
        out[i] = (float)(sum / (double)n_tokens);
    }
    return true;
}

/*
What to notice: the checks read `p` only where a token points, so a NaN in the share of a word
that does not occur harms nobody. The conditions say what must hold, `p >= 0.0 && p <= 1.0`
behind a `!`, and so refuse a NaN without naming it. The weight is computed anew for every
number of the row. That is wasteful, and a compiler cannot help it; with the loops exchanged
and a row of sums it would be computed once a token.
*/

bool patchify(float *out, const float *image, size_t height, size_t width,
              size_t n_channels, size_t patch)
{
    if (patch == 0 || height % patch != 0 || width % patch != 0)
        return false;
    for (size_t top = 0; top < height; top += patch)
        for (size_t left = 0; left < width; left += patch)
            for (size_t r = top; r < top + patch; r++)
                for (size_t c = left; c < left + patch; c++)
                    for (size_t k = 0; k < n_channels; k++)
                        *out++ = image[(r * width + c) * n_channels + k];
    return true;
}

/*
What to notice: the loops say the order, and the output is written from its first number to its
last, so it needs no index of its own. The index of the *picture* is the one to get right: `r`
and `c` are places in the whole picture, and a row of it is `width` pixels long, not `patch`.
*/

bool residue_rows(float *out, const double *values, const double *vectors, size_t d_model,
                  size_t n)
{
    if (d_model > n)
        return false;
    for (size_t e = 0; e < n; e++) {
        size_t place = 0;
        for (size_t other = 0; other < n; other++)
            place +=
                values[other] > values[e] || (values[other] == values[e] && other < e);
        if (place >= d_model)
            continue;
        for (size_t r = 0; r < n; r++)
            out[r * d_model + place] =
                values[e] > 0.0 ? (float)(sqrt(values[e]) * vectors[e * n + r]) : 0.0f;
    }
    return true;
}

/*
What to notice: nothing is sorted. The place of an eigenvalue is the number of those that come
before it, and with ties counted by index each place is taken once. A negative eigenvalue comes
behind all positive ones by itself, and writes zeros where its root would have been a NaN; so
all columns are written, whatever the signs.
*/
