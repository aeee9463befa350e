// Other right answers to the exercises of chapter 3: ways to write them that differ from the
// solutions', and that the tests must accept. Each stands in its own #ifdef and names its
// exercise; build/prove links one of them at a time before the solutions.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool ids_below(const uint32_t *ids, size_t n, size_t limit)
{
    for (size_t t = n; t-- > 0;)
        if (ids[t] >= limit)
            return false;
    return true;
}

// --------------------------------------------------------------- 3.1 softmax_cross_entropy

RIGHT(softmax_cross_entropy, softmax_in_double, "everything in double, two exponentials instead of a stored one")
float softmax_in_double(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        double largest = -INFINITY, total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            largest = fmax(largest, (double)z[v]);
        for (size_t v = 0; v < vocab_size; v++)
            total += exp((double)z[v] - largest);
        const double log_total = largest + log(total);
        loss += (log_total - (double)z[targets[t]]) / (double)n_tokens;
        for (size_t v = 0; v < vocab_size; v++) {
            double p = exp((double)z[v] - log_total);
            dlogits[t * vocab_size + v] =
                (float)((p - (v == targets[t] ? 1.0 : 0.0)) / (double)n_tokens);
        }
    }
    return (float)loss;
}

RIGHT(softmax_cross_entropy, softmax_online, "largest and sum in one walk, the sum shrinks when the largest grows")
float softmax_online(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    float loss = 0.0f;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = z[0], total = 1.0f;
        for (size_t v = 1; v < vocab_size; v++) {
            if (z[v] > largest) {
                total = total * expf(largest - z[v]) + 1.0f;
                largest = z[v];
            } else
                total += expf(z[v] - largest);
        }
        loss += largest - z[targets[t]] + logf(total);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = (expf(z[v] - largest) / total - (v == targets[t] ? 1.0f : 0.0f)) /
                   (float)n_tokens;
    }
    return loss / (float)n_tokens;
}

// ------------------------------------------------------------------ 3.2 embedding_backward

RIGHT(embedding_backward, backward_by_column, "the loops the other way round, positions from the last to the first")
bool backward_by_column(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = n_tokens; t-- > 0;)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

RIGHT(embedding_backward, backward_row_by_row, "each row of the table looks for its positions")
bool backward_row_by_row(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    for (const uint32_t *id = ids; id < ids + n_tokens; id++)
        if (!(*id < vocab_size))
            return false;
    for (size_t v = 0; v < vocab_size; v++, dwte += d_model)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t i = 0; ids[t] == v && i < d_model; i++)
                dwte[i] = dwte[i] + dout[t * d_model + i];
    return true;
}

// ----------------------------------------------------------------------- 3.3 coalesce_rows

RIGHT(coalesce_rows, coalesce_by_insertion, "each new id is pushed into its place, and its row of sums with it")
bool coalesce_by_insertion(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t k = 0;
        while (k < n && rows[k] < ids[t])
            k++;
        if (k == n || rows[k] != ids[t]) {
            memmove(rows + k + 1, rows + k, (n - k) * sizeof *rows);
            memmove(drows + (k + 1) * d_model, drows + k * d_model,
                    (n - k) * d_model * sizeof *drows);
            memset(drows + k * d_model, 0, d_model * sizeof *drows);
            rows[k] = ids[t];
            n++;
        }
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

RIGHT(coalesce_rows, coalesce_by_minima, "the smallest id that is larger than the last one, again and again; no sorting")
bool coalesce_by_minima(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    if (d_model == 0)
        return false;
    *n_rows = 0;
    for (size_t found = 1; found > 0;) {
        const size_t n = *n_rows;
        found = 0;
        for (size_t t = 0; t < n_tokens; t++)
            if ((n == 0 || ids[t] > rows[n - 1]) && (found == 0 || ids[t] < rows[n])) {
                rows[n] = ids[t];
                found = 1;
            }
        for (size_t i = 0; found > 0 && i < d_model; i++) {
            double sum = 0.0;
            for (size_t t = 0; t < n_tokens; t++)
                sum += ids[t] == rows[n] ? (double)dout[t * d_model + i] : 0.0;
            drows[n * d_model + i] = (float)sum;
        }
        *n_rows += found;
    }
    return true;
}

// --------------------------------------------------------------------- 3.4 sgd_update_rows

RIGHT(sgd_update_rows, update_fused, "multiplies and adds with one rounding")
bool update_fused(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 1; k < n_rows; k++)
        if (rows[k] <= rows[k - 1])
            return false;
    if (n_rows > 0 && rows[n_rows - 1] >= vocab_size)
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            float *w = &wte[rows[k] * d_model + i];
            *w = fmaf(-learning_rate, drows[k * d_model + i], *w);
        }
    return true;
}

RIGHT(sgd_update_rows, update_by_table_row, "walks down the table and takes the next entry when its row comes")
bool update_by_table_row(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    size_t next = 0;
    for (size_t v = 0; v < vocab_size && next < n_rows; v++)
        next += rows[next] == v;
    if (next < n_rows) // an entry was passed by: too small, or too large
        return false;
    next = 0;
    for (size_t v = 0; next < n_rows; v++)
        if (rows[next] == v) {
            for (size_t i = 0; i < d_model; i++)
                wte[v * d_model + i] =
                    (float)((double)wte[v * d_model + i] -
                            (double)learning_rate * (double)drows[next * d_model + i]);
            next++;
        }
    return true;
}

// -------------------------------------------------------------------------- 3.5 train_step

RIGHT(train_step, step_one_by_one, "no coalescing, each position's step is subtracted by itself; sums in double")
float step_one_by_one(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    (void)drows, (void)rows;
    if (d_model == 0 || n_tokens == 0 || !ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t n = 0; n < n_tokens * vocab_size; n++) {
        const float *h = wte + inputs[n / vocab_size] * d_model;
        double sum = 0.0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)h[i] * (double)lm_head[n % vocab_size * d_model + i];
        logits[n] = (float)sum;
    }
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    for (size_t n = 0; n < n_tokens * d_model; n++) {
        double sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)logits[n / d_model * vocab_size + v] *
                   (double)lm_head[v * d_model + n % d_model];
        dhidden[n] = (float)sum;
    }
    for (size_t n = 0; n < vocab_size * d_model; n++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++)
            sum += (double)logits[t * vocab_size + n / d_model] *
                   (double)wte[inputs[t] * d_model + n % d_model];
        lm_head[n] -= learning_rate * (float)sum;
    }
    for (size_t n = 0; n < n_tokens * d_model; n++)
        wte[inputs[n / d_model] * d_model + n % d_model] -= learning_rate * dhidden[n];
    return loss;
}

RIGHT(train_step, step_with_dense_gradient, "gradients of both whole tables, from malloc, then one pass over each")
float step_with_dense_gradient(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    float loss = NAN, *dwte = calloc(n + 1, sizeof *dwte), *dhead = calloc(n + 1, sizeof *dhead);
    (void)drows, (void)rows;
    if (dwte && dhead && d_model > 0 && ids_below(inputs, n_tokens, vocab_size)) {
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t v = 0; v < vocab_size; v++) {
                logits[t * vocab_size + v] = 0.0f;
                for (size_t i = 0; i < d_model; i++)
                    logits[t * vocab_size + v] +=
                        wte[inputs[t] * d_model + i] * lm_head[v * d_model + i];
            }
        loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    }
    if (!isnan(loss)) {
        memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t v = 0; v < vocab_size; v++)
                for (size_t i = 0; i < d_model; i++) {
                    const float slope = logits[t * vocab_size + v];
                    dhidden[t * d_model + i] += slope * lm_head[v * d_model + i];
                    dhead[v * d_model + i] += slope * wte[inputs[t] * d_model + i];
                }
        embedding_backward(dwte, dhidden, inputs, n_tokens, vocab_size, d_model);
        for (size_t k = 0; k < n; k++) {
            wte[k] -= learning_rate * dwte[k];
            lm_head[k] -= learning_rate * dhead[k];
        }
    }
    free(dwte);
    free(dhead);
    return loss;
}
