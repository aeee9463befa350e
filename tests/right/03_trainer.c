// Other right answers to the exercises of chapter 3: ways to write them that differ from
// the solutions', and that the tests must accept. See tests/judge/answers.h.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline bool ids_below(const uint32_t *ids, size_t n, size_t limit)
{
    for (size_t t = n; t-- > 0;)
        if (ids[t] >= limit)
            return false;
    return true;
}

// ------------------------------------------------------------- 3.1 softmax_cross_entropy

#define SOFTMAX(name)                                                                    \
    float name(float *dlogits, const float *logits, const uint32_t *targets,             \
               size_t n_tokens, size_t vocab_size)

RIGHT(softmax_cross_entropy, softmax_in_double,
      "everything in double, two exponentials instead of a stored one")
SOFTMAX(softmax_in_double)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        double largest = -INFINITY, total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            if ((double)z[v] > largest)
                largest = (double)z[v];
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

RIGHT(softmax_cross_entropy, softmax_online,
      "largest and sum in one walk, the sum shrinks when the largest grows")
SOFTMAX(softmax_online)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = z[0];
        double total = 1.0;
        for (size_t v = 1; v < vocab_size; v++) {
            if (z[v] > largest) {
                total = total * (double)expf(largest - z[v]) + 1.0;
                largest = z[v];
            } else
                total += (double)expf(z[v] - largest);
        }
        loss += (double)(largest - z[targets[t]] + logf((float)total));
        for (size_t v = 0; v < vocab_size; v++)
            d[v] =
                (expf(z[v] - largest) / (float)total - (v == targets[t] ? 1.0f : 0.0f)) /
                (float)n_tokens;
    }
    return (float)(loss / (double)n_tokens);
}

// the sum of n numbers as that of its two halves
static double sum_by_halves(const float *values, size_t n)
{
    return n == 0 ? 0.0
           : n == 1
               ? (double)*values
               : sum_by_halves(values, n / 2) + sum_by_halves(values + n / 2, n - n / 2);
}

RIGHT(softmax_cross_entropy, softmax_by_halves,
      "sums by recursion, all rows' largest logits first, everything from the last "
      "row on")
SOFTMAX(softmax_by_halves)
{
    if (n_tokens == 0 || vocab_size == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    float *largest = malloc(n_tokens * sizeof *largest);
    double loss = 0.0;
    if (largest == NULL)
        return NAN;
    for (size_t k = n_tokens * vocab_size; k-- > 0;) {
        float *m = &largest[k / vocab_size];
        *m = k % vocab_size == vocab_size - 1 || logits[k] > *m ? logits[k] : *m;
    }
    for (size_t t = n_tokens; t-- > 0;) {
        float *d = dlogits + t * vocab_size;
        loss += (double)largest[t] - (double)logits[t * vocab_size + targets[t]];
        for (size_t v = vocab_size; v-- > 0;)
            d[v] = expf(logits[t * vocab_size + v] - largest[t]);
        const double total = sum_by_halves(d, vocab_size);
        loss += log(total);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = d[v] * (float)(1.0 / total) * (1.0f / (float)n_tokens);
        d[targets[t]] -= 1.0f / (float)n_tokens;
    }
    free(largest);
    return (float)(loss / (double)n_tokens);
}

RIGHT(softmax_cross_entropy, softmax_of_a_copy,
      "works in rooms from malloc, asserts what it believes, copies the result at "
      "the end")
SOFTMAX(softmax_of_a_copy)
{
    const size_t n = n_tokens * vocab_size;
    if (n == 0)
        return NAN;
    for (const uint32_t *target = targets; target != targets + n_tokens; target++)
        if (!(*target < vocab_size))
            return NAN;
    float *slopes = malloc(n * sizeof *slopes);
    long double sum = 0;
    assert(slopes != NULL);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        const float *largest = z;
        for (const float *at = z; at < z + vocab_size; at++)
            largest = *at >= *largest ? at : largest;
        long double total = 0;
        for (size_t v = 0; v < vocab_size; v++)
            total += slopes[t * vocab_size + v] = expf(z[v] - *largest);
        assert(total >= 1);
        for (size_t v = 0; v < vocab_size; v++) {
            const double p = (double)(slopes[t * vocab_size + v] / total);
            slopes[t * vocab_size + v] =
                (float)(v == targets[t] ? (p - 1) / (double)n_tokens
                                        : p / (double)n_tokens);
        }
        sum += logl(total) - ((long double)z[targets[t]] - *largest);
    }
    memcpy(dlogits, slopes, n * sizeof *slopes);
    free(slopes);
    return (float)(sum / n_tokens);
}

// The loss of row t; the mean of the rows before it comes from the call within.
static double mean_up_to(float *dlogits, const float *logits, const uint32_t *targets,
                         size_t t, size_t n_tokens, size_t n)
{
    const double before =
        t > 0 ? mean_up_to(dlogits, logits, targets, t - 1, n_tokens, n) : 0.0;
    const float *z = logits + t * n, target_logit = z[targets[t]];
    float *d = dlogits + t * n, largest = target_logit;
    double total = 0.0;
    for (size_t v = 0; v < n; v++)
        largest = fmaxf(largest, z[v]);
    for (size_t v = 0; v < n; v++)
        total += exp((double)z[v] - (double)largest);
    for (size_t v = 0; v < n; v++)
        d[v] = (float)(exp((double)z[v] - (double)largest) / total / (double)n_tokens);
    d[targets[t]] = (float)((double)d[targets[t]] - 1.0 / (double)n_tokens);
    return before + (log(total) + (double)largest - (double)target_logit - before) /
                        ((double)t + 1.0);
}

RIGHT(softmax_cross_entropy, softmax_mean_so_far,
      "a recursion over the rows that keeps the mean so far, the largest from the "
      "target on")
SOFTMAX(softmax_mean_so_far)
{
    return n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size)
               ? NAN
               : (float)mean_up_to(dlogits, logits, targets, n_tokens - 1, n_tokens,
                                   vocab_size);
}

// ---------------------------------------------------------------- 3.2 embedding_backward

#define BACKWARD(name)                                                                   \
    bool name(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,      \
              size_t vocab_size, size_t d_model)

RIGHT(embedding_backward, backward_by_column,
      "the loops the other way round, positions from the last to the first")
BACKWARD(backward_by_column)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = n_tokens; t-- > 0;)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

RIGHT(embedding_backward, backward_row_by_row,
      "each row of the table looks for its positions")
BACKWARD(backward_row_by_row)
{
    for (const uint32_t *id = ids; id < ids + n_tokens; id++)
        if (!(*id < vocab_size))
            return false;
    for (size_t v = 0; v < vocab_size && n_tokens < 1000; v++, dwte += d_model)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t i = 0; ids[t] == v && i < d_model; i++)
                dwte[i] = dwte[i] + dout[t * d_model + i];
    for (size_t t = 0; n_tokens >= 1000 && t < n_tokens; t++) // that would take too long
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

RIGHT(embedding_backward, backward_sums_in_double,
      "sums of whole rows in double, from calloc, rounded once; zeros are skipped")
BACKWARD(backward_sums_in_double)
{
    const size_t n = vocab_size * d_model;
    bool good = true;
    for (size_t t = 0; t < n_tokens; t++)
        good &= ids[t] < vocab_size;
    double *sums = good ? calloc(n + 1, sizeof *sums) : NULL;
    if (sums == NULL)
        return false;
    for (size_t k = 0; k < n_tokens * d_model; k++)
        sums[ids[k / d_model] * d_model + k % d_model] += (double)dout[k];
    for (size_t k = 0; k < n; k++)
        if (sums[k] != 0.0)
            dwte[k] = (float)((double)dwte[k] + sums[k]);
    free(sums);
    return true;
}

RIGHT(embedding_backward, backward_of_the_list, "coalesces first, and adds each row once")
BACKWARD(backward_of_the_list)
{
    if (n_tokens == 0 || d_model == 0)
        return ids_below(ids, n_tokens, vocab_size);
    uint32_t *rows = malloc(n_tokens * sizeof *rows);
    float *drows = malloc(n_tokens * d_model * sizeof *drows);
    size_t n_rows;
    bool good = coalesce_rows(rows, drows, &n_rows, ids, dout, n_tokens, d_model) &&
                sgd_update_rows(dwte, rows, drows, -1.0f, n_rows, vocab_size, d_model);
    free(rows);
    free(drows);
    return good;
}

RIGHT(embedding_backward, backward_unrolled,
      "four numbers at a time and what is left over, with a word for the reader")
BACKWARD(backward_unrolled)
{
    size_t bad = 0;
    for (size_t t = 0; t < n_tokens; t++)
        bad += ids[t] >= vocab_size;
    if (bad > 0) {
        printf("%zu of %zu ids are bad\n", bad, n_tokens);
        return false;
    }
    while (n_tokens-- > 0) {
        float *to = dwte + (size_t)*ids++ * d_model;
        size_t i = 0;
        for (; i + 4 <= d_model; i += 4) {
            to[i] += dout[i];
            to[i + 1] += dout[i + 1];
            to[i + 2] += dout[i + 2];
            to[i + 3] += dout[i + 3];
        }
        for (; i < d_model; i++)
            to[i] += dout[i];
        dout += d_model;
    }
    return true;
}

// --------------------------------------------------------------------- 3.3 coalesce_rows

#define COALESCE(name)                                                                   \
    bool name(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,         \
              const float *dout, size_t n_tokens, size_t d_model)

RIGHT(coalesce_rows, coalesce_by_insertion,
      "each new id is pushed into its place, and its row of sums with it")
COALESCE(coalesce_by_insertion)
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

RIGHT(coalesce_rows, coalesce_by_minima,
      "the smallest id that is larger than the last one, again and again; no sorting")
COALESCE(coalesce_by_minima)
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

struct order {
    uint32_t id;
    size_t position;
};

static int by_id_and_position(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->position < y->position ? -1 : 1;
}

RIGHT(coalesce_rows, coalesce_sorted_pairs,
      "sorts pairs of id and position, then walks; leaves rubbish behind the entries")
COALESCE(coalesce_sorted_pairs)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    struct order *order = malloc((n_tokens + 1) * sizeof *order);
    uint32_t *kept = malloc((n_tokens + 1) * sizeof *kept);
    assert(order != NULL && kept != NULL);
    for (size_t t = 0; t < n_tokens; t++)
        order[t] = (struct order){ids[t], t};
    qsort(order, n_tokens, sizeof *order, by_id_and_position);
    for (size_t j = 0; j < n_tokens; j++) {
        const float *from = dout + order[j].position * d_model;
        if (n == 0 || kept[n - 1] != order[j].id) {
            memcpy(drows + n * d_model, from, d_model * sizeof *drows);
            kept[n++] = order[j].id;
        } else
            for (size_t i = 0; i < d_model; i++)
                drows[(n - 1) * d_model + i] += from[i];
    }
    memcpy(rows, kept, n_tokens * sizeof *rows); // also what was never set
    *n_rows = n;
    free(order);
    free(kept);
    return true;
}

// Sorts ids into `out`, each once, by halves; gives their number. `room` holds n.
static size_t merge_sorted(uint32_t *out, const uint32_t *ids, size_t n, uint32_t *room)
{
    if (n <= 1) {
        if (n == 1)
            *out = *ids;
        return n;
    }
    const size_t left = merge_sorted(room, ids, n / 2, out);
    const size_t right = merge_sorted(room + n / 2, ids + n / 2, n - n / 2, out + n / 2);
    size_t a = 0, b = 0, kept = 0;
    while (a < left || b < right) {
        const bool takes_left = b == right || (a < left && room[a] <= room[n / 2 + b]);
        const uint32_t next = takes_left ? room[a++] : room[n / 2 + b++];
        if (kept == 0 || out[kept - 1] != next)
            out[kept++] = next;
    }
    return kept;
}

RIGHT(coalesce_rows, coalesce_by_merging,
      "a merge sort that drops what it meets twice, places found by halving")
COALESCE(coalesce_by_merging)
{
    if (d_model == 0)
        return false;
    uint32_t *room = malloc((n_tokens + 1) * sizeof *room);
    const size_t n = merge_sorted(rows, ids, n_tokens, room);
    free(room);
    for (size_t k = 0; k < n * d_model; k++)
        drows[k] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t low = 0, high = n;
        while (high - low > 1) {
            const size_t middle = low + (high - low) / 2;
            if (rows[middle] <= ids[t])
                low = middle;
            else
                high = middle;
        }
        for (size_t i = 0; i < d_model; i++)
            drows[low * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

// ------------------------------------------------------------------- 3.4 sgd_update_rows

#define UPDATE(name)                                                                     \
    bool name(float *wte, const uint32_t *rows, const float *drows, float learning_rate, \
              size_t n_rows, size_t vocab_size, size_t d_model)

RIGHT(sgd_update_rows, update_fused, "multiplies and adds with one rounding")
UPDATE(update_fused)
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

RIGHT(sgd_update_rows, update_by_table_row,
      "walks down the table and takes the next entry when its row comes")
UPDATE(update_by_table_row)
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

RIGHT(sgd_update_rows, update_backwards,
      "everything from the end, the rate turned round; skips what does not move")
UPDATE(update_backwards)
{
    size_t limit = vocab_size;
    for (size_t k = n_rows; k-- > 0; limit = rows[k])
        if (rows[k] >= limit)
            return false;
    const float factor = -learning_rate;
    for (size_t j = n_rows * d_model; j-- > 0;)
        if (drows[j] != 0.0f)
            wte[rows[j / d_model] * d_model + j % d_model] += factor * drows[j];
    return true;
}

RIGHT(sgd_update_rows, update_of_steps,
      "the steps into a room from malloc first, in blocks, then subtracted")
UPDATE(update_of_steps)
{
    uint64_t least = 0;
    for (size_t k = 0; k < n_rows; k++) {
        if (rows[k] < least || rows[k] >= vocab_size)
            return false;
        least = (uint64_t)rows[k] + 1;
    }
    float *steps = malloc((n_rows * d_model + 1) * sizeof *steps);
    assert(steps != NULL);
    memcpy(steps, drows, n_rows * d_model * sizeof *steps);
    for (size_t begin = 0; begin < n_rows * d_model; begin += 16)
        for (size_t j = begin; j < begin + 16 && j < n_rows * d_model; j++)
            steps[j] *= learning_rate;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] =
                wte[rows[k] * d_model + i] - steps[k * d_model + i];
    free(steps);
    return true;
}

// ------------------------------------------------------------------------ 3.5 train_step

#define TRAIN_STEP(name)                                                                 \
    float name(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,  \
               uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,          \
               float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)

RIGHT(train_step, step_one_by_one,
      "no coalescing, each position's step is subtracted by itself; sums in double")
TRAIN_STEP(step_one_by_one)
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
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
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

RIGHT(train_step, step_with_dense_gradient,
      "gradients of both whole tables, from malloc, then one pass over each")
TRAIN_STEP(step_with_dense_gradient)
{
    const size_t n = vocab_size * d_model;
    float loss = NAN, *dwte = calloc(n + 1, sizeof *dwte),
          *dhead = calloc(n + 1, sizeof *dhead);
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

// dlogits of one row in place of its logits, divided by n; gives its loss
static double slopes_in_place(float *z, uint32_t target, size_t vocab_size, size_t n)
{
    double largest = (double)z[target], total = 0.0;
    const double target_logit = largest;
    for (size_t v = 0; v < vocab_size; v++)
        if ((double)z[v] > largest)
            largest = (double)z[v];
    for (size_t v = 0; v < vocab_size; v++)
        total += exp((double)z[v] - largest);
    for (size_t v = 0; v < vocab_size; v++)
        z[v] = (float)((exp((double)z[v] - largest) / total - (v == target)) / (double)n);
    return largest + log(total) - target_logit;
}

RIGHT(train_step, step_by_position,
      "its own softmax, a position at a time; copies of the old tables, and no other "
      "room")
TRAIN_STEP(step_by_position)
{
    const size_t n = vocab_size * d_model;
    double loss = 0.0;
    (void)dhidden, (void)drows, (void)rows, (void)logits;
    if (n == 0 || n_tokens == 0 || !ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    float *old_wte = malloc(n * sizeof *old_wte),
          *old_head = malloc(n * sizeof *old_head);
    float *row = malloc(vocab_size * sizeof *row);
    memcpy(old_wte, wte, n * sizeof *wte);
    memcpy(old_head, lm_head, n * sizeof *lm_head);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *h = old_wte + inputs[t] * d_model;
        for (size_t v = 0; v < vocab_size; v++) {
            double sum = 0.0;
            for (size_t i = 0; i < d_model; i++)
                sum += (double)old_head[v * d_model + i] * (double)h[i];
            row[v] = (float)sum;
        }
        loss += slopes_in_place(row, targets[t], vocab_size, n_tokens) / (double)n_tokens;
        for (size_t v = 0; v < vocab_size; v++)
            for (size_t i = 0; i < d_model; i++) {
                const float step = learning_rate * row[v];
                wte[inputs[t] * d_model + i] -= step * old_head[v * d_model + i];
                lm_head[v * d_model + i] -= step * h[i];
            }
    }
    free(old_wte);
    free(old_head);
    free(row);
    return (float)loss;
}

RIGHT(train_step, step_on_its_side,
      "dimensions outermost, hidden rows gathered in drows, four terms at a time; "
      "with rate 0 nothing is moved at all")
TRAIN_STEP(step_on_its_side)
{
    size_t n_rows = 0;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    memset(logits, 0, n_tokens * vocab_size * sizeof *logits);
    for (size_t i = d_model; i-- > 0;)
        for (size_t t = 0; t < n_tokens; t++) {
            drows[t * d_model + i] = wte[inputs[t] * d_model + i];
            for (size_t v = 0; v < vocab_size; v++)
                logits[t * vocab_size + v] +=
                    lm_head[v * d_model + i] * drows[t * d_model + i];
        }
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss) || learning_rate == 0.0f)
        return loss;
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = 0; t < n_tokens; t++) {
            float sums[4] = {0};
            for (size_t v = 0; v < vocab_size; v++)
                sums[v % 4] += logits[t * vocab_size + v] * lm_head[v * d_model + i];
            dhidden[t * d_model + i] = sums[0] + sums[1] + sums[2] + sums[3];
        }
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d_model; i++) {
            float sum = 0.0f;
            for (size_t t = n_tokens; t-- > 0;)
                sum += logits[t * vocab_size + v] * drows[t * d_model + i];
            lm_head[v * d_model + i] -= learning_rate * sum;
        }
    return coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model) &&
                   sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size,
                                   d_model)
               ? loss
               : NAN;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

RIGHT(softmax_cross_entropy, softmax_small_first,
      "sorts a copy of the row: its last is the largest, and the sum begins with the "
      "smallest")
float softmax_small_first(float *dlogits, const float *logits, const uint32_t *targets,
                          size_t n_tokens, size_t vocab_size)
{
    long double loss = 0;
    for (size_t t = n_tokens; t > 0; t--)
        if (targets[t - 1] >= vocab_size)
            return NAN;
    double *sorted = malloc((vocab_size + 1) * sizeof *sorted);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        const double of_target = (double)z[targets[t]];
        double total = 0;
        for (size_t v = 0; v < vocab_size; v++)
            sorted[v] = (double)z[v];
        qsort(sorted, vocab_size, sizeof *sorted, by_value);
        const double largest = sorted[vocab_size - 1];
        for (size_t v = 0; v < vocab_size; v++)
            total += exp2((sorted[v] - largest) / log(2.0));
        loss += (long double)(largest - of_target + log1p(total - 1));
        for (size_t v = 0; v < vocab_size; v++)
            dlogits[t * vocab_size + v] =
                (float)((exp((double)z[v] - largest) / total - (v == targets[t])) /
                        (double)n_tokens);
    }
    free(sorted);
    return n_tokens > 0 ? (float)(loss / n_tokens) : NAN;
}

struct node {
    uint32_t id;
    struct node *smaller, *larger;
    float sums[];
};

static size_t take_down(struct node *node, uint32_t *rows, float *drows, size_t n,
                        size_t d_model)
{
    if (node == NULL)
        return n;
    n = take_down(node->smaller, rows, drows, n, d_model);
    rows[n] = node->id;
    memcpy(drows + n * d_model, node->sums, d_model * sizeof *drows);
    n = take_down(node->larger, rows, drows, n + 1, d_model);
    free(node);
    return n;
}

RIGHT(coalesce_rows, coalesce_in_a_tree,
      "a tree of ids, each with its sums, walked in order")
bool coalesce_in_a_tree(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                        const float *dout, size_t n_tokens, size_t d_model)
{
    struct node *root = NULL;
    if (d_model == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        struct node **at = &root;
        while (*at != NULL && (*at)->id != ids[t])
            at = ids[t] < (*at)->id ? &(*at)->smaller : &(*at)->larger;
        if (*at == NULL)
            *at = calloc(1, sizeof **at + d_model * sizeof(float));
        (*at)->id = ids[t];
        for (size_t i = 0; i < d_model; i++)
            (*at)->sums[i] += dout[t * d_model + i];
    }
    *n_rows = take_down(root, rows, drows, 0, d_model);
    return true;
}

RIGHT(sgd_update_rows, update_from_the_last,
      "the next row must be below the one before, "
      "from the end; steps in double")
bool update_from_the_last(float *wte, const uint32_t *rows, const float *drows,
                          float learning_rate, size_t n_rows, size_t vocab_size,
                          size_t d_model)
{
    size_t beyond = vocab_size;
    for (size_t k = n_rows; k-- > 0; beyond = rows[k])
        if (rows[k] >= beyond)
            return false;
    for (size_t j = 0; j < n_rows * d_model; j++) {
        float *number = wte + rows[j / d_model] * d_model + j % d_model;
        *number = (float)(*number - (double)learning_rate * drows[j]);
    }
    return true;
}

RIGHT(train_step, step_in_double,
      "one position after the other, sums of both tables in double")
float step_in_double(float *wte, float *lm_head, float *logits, float *dhidden,
                     float *drows, uint32_t *rows, const uint32_t *inputs,
                     const uint32_t *targets, float learning_rate, size_t n_tokens,
                     size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    double loss = 0;
    (void)logits, (void)dhidden, (void)drows, (void)rows;
    for (size_t t = 0; t < n_tokens; t++)
        if (inputs[t] >= vocab_size || targets[t] >= vocab_size)
            return NAN;
    if (n_tokens == 0 || d_model == 0)
        return NAN;
    double *dwte = calloc(n, sizeof *dwte), *dhead = calloc(n, sizeof *dhead);
    double *z = calloc(vocab_size, sizeof *z);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *h = wte + inputs[t] * d_model;
        double largest = -INFINITY, total = 0;
        for (size_t v = 0; v < vocab_size; largest = fmax(largest, z[v++]))
            for (size_t i = z[v] = 0; i < d_model; i++)
                z[v] += (double)lm_head[v * d_model + i] * (double)h[i];
        for (size_t v = 0; v < vocab_size; v++)
            total += exp(z[v] - largest);
        loss += (largest - z[targets[t]] + log(total)) / (double)n_tokens;
        for (size_t k = 0; k < n; k++) {
            const size_t v = k / d_model, i = k % d_model;
            const double slope =
                (exp(z[v] - largest) / total - (v == targets[t])) / (double)n_tokens;
            dhead[k] += slope * (double)h[i];
            dwte[inputs[t] * d_model + i] += slope * (double)lm_head[k];
        }
    }
    for (size_t k = 0; k < n; k++)
        lm_head[k] = (float)((double)lm_head[k] - (double)learning_rate * dhead[k]);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = inputs[t] * d_model; i < (inputs[t] + 1) * (size_t)d_model; i++) {
            wte[i] = (float)((double)wte[i] - (double)learning_rate * dwte[i]);
            dwte[i] = 0;
        }
    free(dwte);
    free(dhead);
    free(z);
    return (float)loss;
}

RIGHT(softmax_cross_entropy, softmax_in_powers_of_two,
      "exp2 and log2, slopes of the whole batch divided at the end")
SOFTMAX(softmax_in_powers_of_two)
{
    const double ln_2 = log(2.0);
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++)
        if (targets[t] >= vocab_size)
            return NAN;
    if (n_tokens == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = z[0];
        for (size_t v = 1; v < vocab_size; v++)
            largest = fmaxf(largest, z[v]);
        const double behind = (double)largest - (double)z[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += exp2(((double)z[v] - (double)largest) / ln_2);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = (float)(exp2(((double)z[v] - (double)largest) / ln_2) / total -
                           (v == targets[t]));
        loss += behind + ln_2 * log2(total);
    }
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        dlogits[j] /= (float)n_tokens;
    return (float)(loss / (double)n_tokens);
}

RIGHT(coalesce_rows, coalesce_by_digits,
      "sorts the ids byte by byte, from the lowest; no comparison")
bool coalesce_by_digits(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                        const float *dout, size_t n_tokens, size_t d_model)
{
    if (d_model == 0)
        return false;
    uint32_t *from = malloc((n_tokens + 1) * sizeof *from),
             *to = malloc((n_tokens + 1) * sizeof *to);
    memcpy(from, ids, n_tokens * sizeof *from);
    for (int shift = 0; shift < 32; shift += 8) {
        size_t place[257] = {0};
        for (size_t t = 0; t < n_tokens; t++)
            place[(from[t] >> shift & 255) + 1]++;
        for (size_t digit = 1; digit < 256; digit++)
            place[digit] += place[digit - 1];
        for (size_t t = 0; t < n_tokens; t++)
            to[place[from[t] >> shift & 255]++] = from[t];
        uint32_t *exchange = from;
        from = to;
        to = exchange;
    }
    *n_rows = 0;
    for (size_t t = 0; t < n_tokens; t++)
        if (t == 0 || from[t] != from[t - 1])
            rows[(*n_rows)++] = from[t];
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t low = 0, high = *n_rows;
        while (high - low > 1) {
            const size_t middle = low + (high - low) / 2;
            *(rows[middle] <= ids[t] ? &low : &high) = middle;
        }
        for (size_t i = 0; i < d_model; i++)
            drows[low * d_model + i] += dout[t * d_model + i];
    }
    free(from);
    free(to);
    return true;
}

RIGHT(softmax_cross_entropy, softmax_by_log_shares,
      "each share as e^ of its logarithm, which never holds the largest logit")
SOFTMAX(softmax_by_log_shares)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = z[0];
        double total = 0.0;
        for (size_t v = 1; v < vocab_size; v++)
            largest = fmaxf(largest, z[v]);
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)expf(z[v] - largest);
        const float log_total = (float)log(total);
        loss += (double)log_total - (double)(z[targets[t]] - largest);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = expf(z[v] - largest - log_total) / (float)n_tokens;
        d[targets[t]] -= 1.0f / (float)n_tokens;
    }
    return (float)(loss / (double)n_tokens);
}

RIGHT(train_step, step_rate_before_all,
      "the rate goes into each product first, and what is summed are the steps")
float step_rate_before_all(float *wte, float *lm_head, float *logits, float *dhidden,
                           float *drows, uint32_t *rows, const uint32_t *inputs,
                           const uint32_t *targets, float learning_rate, size_t n_tokens,
                           size_t vocab_size, size_t d_model)
{
    (void)drows, (void)rows;
    if (n_tokens == 0 || d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            float logit = 0.0f;
            for (size_t i = d_model; i-- > 0;)
                logit += lm_head[v * d_model + i] * wte[inputs[t] * d_model + i];
            logits[t * vocab_size + v] = logit;
        }
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    for (size_t t = 0; !isnan(loss) && t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            float step = 0.0f;
            for (size_t v = 0; v < vocab_size; v++)
                step +=
                    learning_rate * lm_head[v * d_model + i] * logits[t * vocab_size + v];
            dhidden[t * d_model + i] = step;
        }
    for (size_t v = 0; !isnan(loss) && v < vocab_size; v++)
        for (size_t t = 0; t < n_tokens; t++)
            for (size_t i = 0; i < d_model; i++)
                lm_head[v * d_model + i] -= learning_rate * wte[inputs[t] * d_model + i] *
                                            logits[t * vocab_size + v];
    for (size_t t = 0; !isnan(loss) && t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            wte[inputs[t] * d_model + i] -= dhidden[t * d_model + i];
    return loss;
}
