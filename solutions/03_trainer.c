#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (targets[t] >= vocab_size)
            return NAN;
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = z[0];
        for (size_t v = 1; v < vocab_size; v++)
            largest = z[v] > largest ? z[v] : largest;
        double target_logit = (double)z[targets[t]], total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(d[v] = expf(z[v] - largest));
        loss += (double)largest - target_logit + log(total);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = (float)((double)d[v] / (total * (double)n_tokens));
        d[targets[t]] -= 1.0f / (float)n_tokens;
    }
    return n_tokens > 0 ? (float)(loss / (double)n_tokens) : NAN;
}

/*
What to notice: the target's logit is put aside before the loop that may write over it,
so `logits` and `dlogits` can be one array. No probability is ever turned into a
logarithm: the loss is put together from the logit, the largest logit and the logarithm
of a sum that is never below 1. And if `vocab_size` is 0, no target is below it, so that
the check of the targets has dealt with that already.
*/

bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *dwte_row = dwte + ids[t] * d_model;
        for (size_t i = 0; i < d_model; i++)
            dwte_row[i] += dout[t * d_model + i];
    }
    return true;
}

/*
What to notice: it is `embedding_forward` with the arrow turned round. What was copied
from row `ids[t]` to row `t` now goes from row `t` to row `ids[t]`; and because several
positions can have one id, what was `=` is now `+=`. A copy that goes out to several
places comes back as a sum. Nothing here depends on `vocab_size` but the check: the time
is the same for any table.
*/

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    if (d_model == 0)
        return false;
    size_t n = 0;
    for (size_t t = 0; t < n_tokens; t++)
        rows[t] = ids[t];
    qsort(rows, n_tokens, sizeof *rows, compare_ids);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const uint32_t *row = bsearch(&ids[t], rows, n, sizeof *rows, compare_ids);
        float *sum = drows + (size_t)(row - rows) * d_model;
        for (size_t i = 0; i < d_model; i++)
            sum[i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

/*
What to notice: the ids are sorted without their rows of `dout`, which would be long to
move; `bsearch` then finds the place of each. The last loop runs over the positions in
their order, just like `embedding_backward`, and that is why the sums have the same
bits. `compare_ids` must not be `return x - y`: ids are unsigned, and the difference of
two of them may not fit an `int`.
*/

bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size,
                     size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++) {
        float *wte_row = wte + rows[k] * d_model;
        for (size_t i = 0; i < d_model; i++)
            wte_row[i] -= learning_rate * drows[k * d_model + i];
    }
    return true;
}

/*
What to notice: `k` reads the list, `rows[k]` writes the table. One comparison with the
row before finds both mistakes that a list can have, a row that is there twice and rows
out of order. The product is rounded before it is subtracted, here and in the dense
update alike; with `fmaf` here and without it there, the two would differ in last bits.
*/

float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    for (size_t t = 0; t < n_tokens; t++)
        if (inputs[t] >= vocab_size || d_model == 0)
            return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            float sum = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                sum += lm_head[v * d_model + i] * wte[inputs[t] * d_model + i];
            logits[t * vocab_size + v] = sum;
        }
    float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t v = 0; v < vocab_size; v++) {
        float *u = lm_head + v * d_model;
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t i = 0; i < d_model; i++)
                dhidden[t * d_model + i] += logits[t * vocab_size + v] * u[i];
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t i = 0; i < d_model; i++)
                u[i] -= learning_rate * logits[t * vocab_size + v] *
                        wte[inputs[t] * d_model + i];
    }
    if (!coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model) ||
        !sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model))
        return NAN;
    return loss;
}

/*
What to notice: there is no array of hidden rows. Row `inputs[t]` of `wte` *is* the hidden
row, and it stays what it was until the last call. For `lm_head` no gradient is stored
either: each of its rows is first used for `dhidden` and then moved, all in one turn of the
loop, and no later turn looks at it again. All of this rests on the order, which is why
the order is what the tests look at.
*/
