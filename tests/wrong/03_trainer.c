// Wrong answers to the exercises of chapter 3, each as somebody really writes it.
//
// Each stands in its own #ifdef and names the test that must fail and words that the failing
// test's message must hold. build/prove links one of them at a time before the solutions, so
// the other exercises stay solved, and must pass. A train_step that calls a wrong function is
// wrong too; so beside a wrong 3.1, 3.3 or 3.4 stands one that calls nothing (at the end).
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool ids_below(const uint32_t *ids, size_t n, size_t limit)
{
    for (size_t t = 0; t < n; t++)
        if (ids[t] >= limit)
            return false;
    return true;
}

static inline float largest_of(const float *row, size_t n)
{
    float largest = row[0];
    for (size_t v = 1; v < n; v++)
        largest = row[v] > largest ? row[v] : largest;
    return largest;
}

static inline int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// the first place of id among n rows; n if it is not there
static inline size_t place_of(const uint32_t *rows, size_t n, uint32_t id)
{
    size_t k = 0;
    while (k < n && rows[k] != id)
        k++;
    return k;
}

// a += factor * b
static inline void add_row(float *a, const float *b, float factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] += factor * b[i];
}

// logits[t][v] = lm_head[v] . wte[inputs[t]]
static inline void fill_logits(float *logits, const float *wte, const float *lm_head,
                               const uint32_t *inputs, size_t n_tokens, size_t vocab_size,
                               size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            float sum = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                sum += lm_head[v * d_model + i] * wte[inputs[t] * d_model + i];
            logits[t * vocab_size + v] = sum;
        }
}

// dhidden[t] = sum over v of dlogits[t][v] lm_head[v]
static inline void fill_dhidden(float *dhidden, const float *dlogits, const float *lm_head,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model, dlogits[t * vocab_size + v],
                    d_model);
}

// lm_head[v] += factor * sum over t of dlogits[t][v] wte[inputs[t]]
static inline void move_head(float *lm_head, const float *dlogits, const float *wte,
                             const uint32_t *inputs, float factor, size_t n_tokens,
                             size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(lm_head + v * d_model, wte + inputs[t] * d_model,
                    factor * dlogits[t * vocab_size + v], d_model);
}

// ----------------------------------------------------------- 3.1 softmax_cross_entropy

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, random_logits, softmax_no_mean_in_slopes,
      "This is not divided by n_tokens: the loss is a mean.")
float softmax_no_mean_in_slopes(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total);
        out[targets[t]] -= 1.0f;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, matches_slopes, softmax_sum_of_losses,
      "This is the sum of the rows' losses: the loss is their mean.")
float softmax_sum_of_losses(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)loss;
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, no_overflow, softmax_no_max, "Take the largest logit")
float softmax_no_max(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = 0.0f;
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, no_overflow, softmax_log_of_p,
      "the loss is infinite: the logarithm of a probability that was rounded to 0. Use "
      "largest - logit of the target + ln of the sum.")
float softmax_log_of_p(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss -= (double)logf((float)((double)expf(target_logit - largest) / total));
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, reference, softmax_no_target,
      "The 1 of the target is not subtracted: p - [v == target].")
float softmax_no_target(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        (void)out;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, reference, softmax_whole_one_at_target,
      "At the target subtract 1 / n_tokens: its 1 is divided too.")
float softmax_whole_one_at_target(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, reference, softmax_sign,
      "The sign is turned round: p - [v == target].")
float softmax_sign(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / -total / (double)n_tokens);
        out[targets[t]] += 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, reference, softmax_in_bits,
      "This is in bits: use the natural logarithm, log().")
float softmax_in_bits(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens / log(2.0));
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, reference, softmax_over_the_batch,
      "The softmax runs over the whole batch: each row has its own sum.")
float softmax_over_the_batch(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = 0.0f;
        const float target_logit = in[targets[t]];
        double total = 0.0, own = 0.0;
        for (size_t k = 0; k < n_tokens * vocab_size; k++)
            total += exp((double)logits[k]);
        for (size_t k = 0; k < vocab_size; k++)
            own += exp((double)in[k]);
        for (size_t v = 0; v < vocab_size; v++)
            (void)v;
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)(exp((double)in[v]) / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += log(own) - (double)(target_logit + largest);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
WRONG(softmax_cross_entropy, in_place, softmax_overwrites_logits,
      "The two may be the same array: read what you need of a row before you write over "
      "it.")
float softmax_overwrites_logits(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        (void)in;
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - logits[t * vocab_size + targets[t]]) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, reference, softmax_sum_runs_on, "got")
float softmax_sum_runs_on(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0, total = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        (void)total;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_target_unchecked,
      "must return NAN")
float softmax_target_unchecked(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_checks_late,
      "must stay untouched")
float softmax_checks_late(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        if (targets[t] >= vocab_size)
            return NAN;
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_no_tokens, "must return NAN")
float softmax_no_tokens(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (!ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return n_tokens > 0 ? (float)(loss / (double)n_tokens) : 0.0f;
}

#define STEP_STANDS_ALONE
CAUGHT(softmax_cross_entropy, stays_in_bounds, softmax_one_column_more, "past the end of")
float softmax_one_column_more(float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *in = logits + t * vocab_size;
        float *out = dlogits + t * vocab_size;
        const float largest = largest_of(in, vocab_size);
        const float target_logit = in[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(out[v] = expf(in[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = (float)((double)out[v] / total / (double)n_tokens);
        out[vocab_size] = out[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

// -------------------------------------------------------------- 3.2 embedding_backward

WRONG(embedding_backward, gpt2_input, backward_assigns,
      "A word that occurs twice keeps only its last row: = where += belongs.")
bool backward_assigns(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] = dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, adds_up, backward_clears,
      "dwte is cleared first: a backward function adds, and its caller clears.")
bool backward_clears(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    memset(dwte, 0, vocab_size * d_model * sizeof *dwte);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, random_tables, backward_divides_by_count,
      "Rows are divided by the number of occurrences: they add up.")
bool backward_divides_by_count(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float count = 0.0f;
        for (size_t s = 0; s < n_tokens; s++)
            count += ids[s] == ids[t] ? 1.0f : 0.0f;
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f / count, d_model);
    }
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_divides_by_tokens,
      "Rows are divided by n_tokens: dout is divided already.")
bool backward_divides_by_tokens(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i] / (float)n_tokens;
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_row_before,
      "This is row id - 1: ids count from 0.")
bool backward_row_before(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (ids[t] > 0)
                dwte[(ids[t] - 1) * d_model + i] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_row_t,
      "Position t is added to row t of dwte: it belongs to row ids[t].")
bool backward_row_t(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (t < vocab_size)
                dwte[t * d_model + i] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_subtracts,
      "This subtracts: a gradient is added up, the step comes later.")
bool backward_subtracts(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] -= dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_on_its_side,
      "dwte is taken as [d_model][vocab_size]: it is [vocab_size][d_model].")
bool backward_on_its_side(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[i * vocab_size + ids[t]] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_each_word_once,
      "Only the first occurrence of a word is added.")
bool backward_each_word_once(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (place_of(ids, t, ids[t]) == t)
                dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, leaves_other_rows, backward_as_a_product, "bit for bit")
bool backward_as_a_product(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < n_tokens; t++)
            add_row(dwte + v * d_model, dout + t * d_model, v == ids[t] ? 1.0f : 0.0f, d_model);
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_unchecked, "must return false")
bool backward_unchecked(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[(ids[t] > vocab_size ? vocab_size : ids[t]) * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_on_the_way,
      "must stay untouched")
bool backward_checks_on_the_way(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (ids[t] >= vocab_size)
                return false;
            else
                dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, accepts_no_ids, backward_refuses_no_ids,
      "embedding_backward must return true for no ids: nothing is wrong, and nothing is "
      "to do.")
bool backward_refuses_no_ids(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0 || !ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, stays_in_bounds, backward_one_column_more, "past the end of")
bool backward_one_column_more(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i <= d_model; i++)
            dwte[ids[t] * d_model + i] += i < d_model ? dout[t * d_model + i] : 0.0f;
    return true;
}

// ------------------------------------------------------------------- 3.3 coalesce_rows

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, random_batches, coalesce_unsorted,
      "rows is not sorted: this is the order of first appearance.")
bool coalesce_unsorted(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    (void)by_id;
    for (size_t t = 0; t < n_tokens; t++)
        if (place_of(rows, n, ids[t]) == n)
            rows[n++] = ids[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_duplicates,
      "One entry for each position: entries of the same row grow together.")
bool coalesce_duplicates(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(coalesce_rows, reference_rows, coalesce_adjacent_only, "*n_rows")
bool coalesce_adjacent_only(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    (void)by_id;
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_last_wins,
      "A row that occurs twice keeps only its last dout: = where += belongs.")
bool coalesce_last_wins(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] = dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_first_wins,
      "Only the first dout of each row is there: later ones are added.")
bool coalesce_first_wins(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            if (place_of(ids, t, ids[t]) == t)
                drows[k * d_model + i] = dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(coalesce_rows, reference_rows, coalesce_not_cleared, "never written")
bool coalesce_not_cleared(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    (void)n;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_mean,
      "This is the mean of each row's dout: it is their sum.")
bool coalesce_mean(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        float count = 0.0f;
        for (size_t s = 0; s < n_tokens; s++)
            count += ids[s] == ids[t] ? 1.0f : 0.0f;
        add_row(drows + place_of(rows, n, ids[t]) * d_model, dout + t * d_model, 1.0f / count,
                d_model);
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_sorts_rows_alone,
      "rows is sorted, but drows is in the order of first appearance: sort them "
      "together.")
bool coalesce_sorts_rows_alone(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    memset(drows, 0, n_tokens * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        if (k == n)
            rows[n++] = ids[t];
        add_row(drows + k * d_model, dout + t * d_model, 1.0f, d_model);
    }
    qsort(rows, n, sizeof *rows, by_id);
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, reference_rows, coalesce_descends,
      "rows is sorted the wrong way round: it ascends.")
bool coalesce_descends(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    for (size_t k = 0; k < n / 2; k++) {
        const uint32_t row = rows[k];
        rows[k] = rows[n - 1 - k];
        rows[n - 1 - k] = row;
    }
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(drows + place_of(rows, n, ids[t]) * d_model, dout + t * d_model, 1.0f, d_model);
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(coalesce_rows, reference_rows, coalesce_no_count, "*n_rows was never written")
bool coalesce_no_count(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    (void)n_rows;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(coalesce_rows, accepts_no_ids, coalesce_refuses_no_ids,
      "coalesce_rows must return true for no ids: nothing is wrong.")
bool coalesce_refuses_no_ids(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0 || n_tokens == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(coalesce_rows, refuses_no_columns, coalesce_accepts_no_columns,
      "must return false")
bool coalesce_accepts_no_columns(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    (void)n;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(coalesce_rows, stays_in_bounds, coalesce_clears_one_row_more, "past the end of")
bool coalesce_clears_one_row_more(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    for (size_t i = 0; i < (n + 1) * d_model; i++)
        drows[i] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

#define STEP_STANDS_ALONE
static int by_difference(const void *a, const void *b)
{
    return (int)(*(const uint32_t *)a - *(const uint32_t *)b);
}

WRONG(coalesce_rows, distant_ids, coalesce_compares_by_difference,
      "Two ids can be more than an int apart: compare them with < and >, and do not "
      "keep an array as long as the largest id.")
bool coalesce_compares_by_difference(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_difference);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, n, ids[t]);
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] += dout[t * d_model + i];
    }
    *n_rows = n;
    return true;
}

// ----------------------------------------------------------------- 3.4 sgd_update_rows

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, worked_example, update_uphill,
      "This goes uphill: the step is subtracted.")
bool update_uphill(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] += learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, worked_example, update_no_rate, "The learning rate is missing.")
bool update_no_rate(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= drows[k * d_model + i];
    (void)learning_rate;
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, worked_example, update_replaces,
      "The row is replaced by the step: -= where = stands.")
bool update_replaces(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] = -learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, worked_example, update_row_k,
      "Entry k moves row k of the table: it belongs to row rows[k].")
bool update_row_k(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[k * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, worked_example, update_row_before,
      "This moves row rows[k] - 1: rows count from 0.")
bool update_row_before(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            if (rows[k] > 0)
                wte[(rows[k] - 1) * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, random_tables, update_twice, "The step is taken twice.")
bool update_twice(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= 2.0f * learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, random_tables, update_first_column,
      "Only the first number of each row is moved.")
bool update_first_column(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < 1; i++)
            wte[rows[k] * d_model] -= learning_rate * drows[k * d_model + i];
    (void)d_model;
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, leaves_other_rows, update_whole_table, "bit for bit")
bool update_whole_table(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t k = place_of(rows, n_rows, (uint32_t)v);
            wte[v * d_model + i] += k < n_rows ? -learning_rate * drows[k * d_model + i] : 0.0f;
        }
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, worked_example, update_gradient_of_row, "past the end of")
bool update_gradient_of_row(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[rows[k] * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, refuses_bad_rows, update_accepts_repeats, "is there twice")
bool update_accepts_repeats(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] < rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, refuses_bad_rows, update_accepts_unsorted, "rows must ascend")
bool update_accepts_unsorted(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] == rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, refuses_bad_rows, update_one_row_too_far, "must return false")
bool update_one_row_too_far(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] > vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_on_the_way, "must stay untouched")
bool update_checks_on_the_way(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
                return false;
            else
                wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
WRONG(sgd_update_rows, accepts_no_rows, update_refuses_no_rows,
      "sgd_update_rows must return true for no rows: nothing is wrong.")
bool update_refuses_no_rows(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (n_rows == 0)
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

#define STEP_STANDS_ALONE
CAUGHT(sgd_update_rows, stays_in_bounds, update_one_column_more, "past the end of")
bool update_one_column_more(float *wte, const uint32_t *rows, const float *drows,
                     float learning_rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i <= d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

// ---------------------------------------------------------------------- 3.5 train_step

WRONG(train_step, pencil_case, step_head_first,
      "lm_head was moved before dhidden was taken from it: both gradients belong to the "
      "tables as they were.")
float step_head_first(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_wte_first,
      "wte was moved before lm_head, whose step needs the rows as they were.")
float step_wte_first(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    return loss;
}

WRONG(train_step, random_models, step_position_by_position,
      "lm_head was moved position by position while dhidden was taken from it: both "
      "gradients belong to the tables as they were.")
float step_position_by_position(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = logits[t * vocab_size + v];
            add_row(dhidden + t * d_model, lm_head + v * d_model, slope, d_model);
            add_row(lm_head + v * d_model, wte + inputs[t] * d_model, -learning_rate * slope,
                    d_model);
        }
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_last_occurrence,
      "A word that occurs twice moves by its last dhidden only: they add up.")
float step_last_occurrence(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows = 0;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    for (size_t t = 0; t < n_tokens; t++) {
        for (n_rows = t + 1; n_rows < n_tokens && inputs[n_rows] != inputs[t];)
            n_rows++;
        if (n_rows == n_tokens)
            add_row(wte + inputs[t] * d_model, dhidden + t * d_model, -learning_rate, d_model);
    }
    (void)drows, (void)rows;
    return loss;
}

WRONG(train_step, reference_step, step_again_for_each_occurrence,
      "A coalesced row is stepped again for each occurrence: once is enough, it holds "
      "the sum.")
float step_again_for_each_occurrence(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(wte + inputs[t] * d_model, drows + place_of(rows, n_rows, inputs[t]) * d_model,
                -learning_rate, d_model);
    return loss;
}

WRONG(train_step, random_models, step_target_rows_only,
      "Only the rows of the targets moved in lm_head: every word was a candidate.")
float step_target_rows_only(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            if (place_of(targets, n_tokens, (uint32_t)v) < n_tokens)
                add_row(lm_head + v * d_model, wte + inputs[t] * d_model,
                        -learning_rate * logits[t * vocab_size + v], d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_head_stays, "lm_head was not moved.")
float step_head_stays(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_wte_stays, "wte was not moved.")
float step_wte_stays(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    (void)drows, (void)rows;
    return loss;
}

WRONG(train_step, reference_step, step_uphill,
      "This goes uphill: the step is subtracted.")
float step_uphill(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_mean_twice_lost,
      "dlogits is not divided by n_tokens: the loss is a mean.")
float step_mean_twice_lost(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    for (size_t k = 0; k < n_tokens * vocab_size; k++)
        logits[k] *= (float)n_tokens;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_dhidden_not_cleared,
      "The rows of the inputs are NaN: dhidden or drows was added to before it was "
      "cleared.")
float step_dhidden_not_cleared(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model, logits[t * vocab_size + v],
                    d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

WRONG(train_step, follows_the_slope, step_loss_after,
      "This is the loss after the step: the one before it is wanted.")
float step_loss_after(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    return softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size) + 0.0f * loss;
}

CAUGHT(train_step, reference_step, step_exchanged, "got")
float step_exchanged(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, targets, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, inputs, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, targets, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, targets, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

CAUGHT(train_step, refuses_bad_input, step_inputs_unchecked, "must return NAN")
float step_inputs_unchecked(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0)
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

CAUGHT(train_step, refuses_bad_input, step_goes_on_after_nan, "must stay untouched")
float step_goes_on_after_nan(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

CAUGHT(train_step, stays_in_bounds, step_one_logit_more, "past the end of")
float step_one_logit_more(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t n_rows;
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss = softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    if (isnan(loss))
        return NAN;
    logits[n_tokens * vocab_size] = 0.0f;
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

#if defined STEP_STANDS_ALONE
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
                 uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,
                 float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    double loss = 0.0;
    (void)drows, (void)rows, (void)by_id, (void)place_of;
    if (d_model == 0 || n_tokens == 0 || !ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = logits + t * vocab_size;
        const float largest = largest_of(row, vocab_size), target_logit = row[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)(row[v] = expf(row[v] - largest));
        for (size_t v = 0; v < vocab_size; v++)
            row[v] = (float)((double)row[v] / total / (double)n_tokens);
        row[targets[t]] -= 1.0f / (float)n_tokens;
        loss += (double)(largest - target_logit) + log(total);
    }
    fill_dhidden(dhidden, logits, lm_head, n_tokens, vocab_size, d_model);
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size, d_model);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(wte + inputs[t] * d_model, dhidden + t * d_model, -learning_rate, d_model);
    return (float)(loss / (double)n_tokens);
}
#endif
