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

#ifdef SOFTMAX_NO_MEAN_IN_SLOPES
// softmax_cross_entropy / random_logits: "not divided by n_tokens"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_SUM_OF_LOSSES
// softmax_cross_entropy / matches_slopes: "the sum of the rows"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_NO_MAX
// softmax_cross_entropy / no_overflow: "Take the largest logit"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_LOG_OF_P
// softmax_cross_entropy / no_overflow: "rounded to 0"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_NO_TARGET
// softmax_cross_entropy / reference: "1 of the target is not subtracted"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_WHOLE_ONE_AT_TARGET
// softmax_cross_entropy / reference: "its 1 is divided too"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_SIGN
// softmax_cross_entropy / reference: "sign is turned round"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_IN_BITS
// softmax_cross_entropy / reference: "in bits"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_OVER_THE_BATCH
// softmax_cross_entropy / reference: "over the whole batch"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_OVERWRITES_LOGITS
// softmax_cross_entropy / in_place: "before you write over it"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_SUM_RUNS_ON
// softmax_cross_entropy / reference: "got"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_TARGET_UNCHECKED
// softmax_cross_entropy / refuses_bad_input: "must return NAN"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_CHECKS_LATE
// softmax_cross_entropy / refuses_bad_input: "must stay untouched"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_NO_TOKENS
// softmax_cross_entropy / refuses_bad_input: "must return NAN"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

#ifdef SOFTMAX_ONE_COLUMN_MORE
// softmax_cross_entropy / stays_in_bounds: "past the end of"
#define STEP_STANDS_ALONE
float softmax_cross_entropy(float *dlogits, const float *logits, const uint32_t *targets,
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
#endif

// -------------------------------------------------------------- 3.2 embedding_backward

#ifdef BACKWARD_ASSIGNS
// embedding_backward / gpt2_input: "= where += belongs"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] = dout[t * d_model + i];
    return true;
}
#endif

#ifdef BACKWARD_CLEARS
// embedding_backward / adds_up: "cleared first"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_DIVIDES_BY_COUNT
// embedding_backward / random_tables: "number of occurrences"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_DIVIDES_BY_TOKENS
// embedding_backward / reference_gradient: "divided by n_tokens"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i] / (float)n_tokens;
    return true;
}
#endif

#ifdef BACKWARD_ROW_BEFORE
// embedding_backward / reference_gradient: "ids count from 0"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_ROW_T
// embedding_backward / reference_gradient: "row t of dwte"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_SUBTRACTS
// embedding_backward / reference_gradient: "the step comes later"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] -= dout[t * d_model + i];
    return true;
}
#endif

#ifdef BACKWARD_ON_ITS_SIDE
// embedding_backward / reference_gradient: "[d_model][vocab_size]"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[i * vocab_size + ids[t]] += dout[t * d_model + i];
    return true;
}
#endif

#ifdef BACKWARD_EACH_WORD_ONCE
// embedding_backward / reference_gradient: "first occurrence"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_AS_A_PRODUCT
// embedding_backward / leaves_other_rows: "bit for bit"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < n_tokens; t++)
            add_row(dwte + v * d_model, dout + t * d_model, v == ids[t] ? 1.0f : 0.0f, d_model);
    return true;
}
#endif

#ifdef BACKWARD_UNCHECKED
// embedding_backward / refuses_bad_ids: "must return false"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[(ids[t] > vocab_size ? vocab_size : ids[t]) * d_model + i] += dout[t * d_model + i];
    return true;
}
#endif

#ifdef BACKWARD_CHECKS_ON_THE_WAY
// embedding_backward / refuses_bad_ids: "must stay untouched"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
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
#endif

#ifdef BACKWARD_REFUSES_NO_IDS
// embedding_backward / accepts_no_ids: "must return true for no ids"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0 || !ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}
#endif

#ifdef BACKWARD_ONE_COLUMN_MORE
// embedding_backward / stays_in_bounds: "past the end of"
bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i <= d_model; i++)
            dwte[ids[t] * d_model + i] += i < d_model ? dout[t * d_model + i] : 0.0f;
    return true;
}
#endif

// ------------------------------------------------------------------- 3.3 coalesce_rows

#ifdef COALESCE_UNSORTED
// coalesce_rows / random_batches: "order of first appearance"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_DUPLICATES
// coalesce_rows / reference_rows: "grow together"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_ADJACENT_ONLY
// coalesce_rows / reference_rows: "*n_rows"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_LAST_WINS
// coalesce_rows / reference_rows: "= where += belongs"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_FIRST_WINS
// coalesce_rows / reference_rows: "first dout"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_NOT_CLEARED
// coalesce_rows / reference_rows: "never written"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_MEAN
// coalesce_rows / reference_rows: "the mean of each"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_SORTS_ROWS_ALONE
// coalesce_rows / reference_rows: "sort them together"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_DESCENDS
// coalesce_rows / reference_rows: "wrong way round"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_NO_COUNT
// coalesce_rows / reference_rows: "*n_rows was never written"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_REFUSES_NO_IDS
// coalesce_rows / accepts_no_ids: "must return true for no ids"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_ACCEPTS_NO_COLUMNS
// coalesce_rows / refuses_no_columns: "must return false"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_CLEARS_ONE_ROW_MORE
// coalesce_rows / stays_in_bounds: "past the end of"
#define STEP_STANDS_ALONE
bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

#ifdef COALESCE_COMPARES_BY_DIFFERENCE
// coalesce_rows / distant_ids: "more than an int apart"
#define STEP_STANDS_ALONE
static int by_difference(const void *a, const void *b)
{
    return (int)(*(const uint32_t *)a - *(const uint32_t *)b);
}

bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
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
#endif

// ----------------------------------------------------------------- 3.4 sgd_update_rows

#ifdef UPDATE_UPHILL
// sgd_update_rows / worked_example: "uphill"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_NO_RATE
// sgd_update_rows / worked_example: "learning rate is missing"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_REPLACES
// sgd_update_rows / worked_example: "replaced by the step"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ROW_K
// sgd_update_rows / worked_example: "moves row k of the table"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ROW_BEFORE
// sgd_update_rows / worked_example: "rows count from 0"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_TWICE
// sgd_update_rows / random_tables: "twice"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_FIRST_COLUMN
// sgd_update_rows / random_tables: "first number of each row"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_WHOLE_TABLE
// sgd_update_rows / leaves_other_rows: "bit for bit"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_GRADIENT_OF_ROW
// sgd_update_rows / worked_example: "past the end of"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ACCEPTS_REPEATS
// sgd_update_rows / refuses_bad_rows: "is there twice"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ACCEPTS_UNSORTED
// sgd_update_rows / refuses_bad_rows: "rows must ascend"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ONE_ROW_TOO_FAR
// sgd_update_rows / refuses_bad_rows: "must return false"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_CHECKS_ON_THE_WAY
// sgd_update_rows / refuses_bad_rows: "must stay untouched"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_REFUSES_NO_ROWS
// sgd_update_rows / accepts_no_rows: "must return true for no rows"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

#ifdef UPDATE_ONE_COLUMN_MORE
// sgd_update_rows / stays_in_bounds: "past the end of"
#define STEP_STANDS_ALONE
bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
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
#endif

// ---------------------------------------------------------------------- 3.5 train_step

#ifdef STEP_HEAD_FIRST
// train_step / pencil_case: "before dhidden was taken"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_WTE_FIRST
// train_step / reference_step: "wte was moved before lm_head"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_POSITION_BY_POSITION
// train_step / random_models: "position by position"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_LAST_OCCURRENCE
// train_step / reference_step: "last dhidden only"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_AGAIN_FOR_EACH_OCCURRENCE
// train_step / reference_step: "stepped again for each occurrence"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_TARGET_ROWS_ONLY
// train_step / random_models: "Only the rows of the targets"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_HEAD_STAYS
// train_step / reference_step: "lm_head was not moved"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_WTE_STAYS
// train_step / reference_step: "wte was not moved"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_UPHILL
// train_step / reference_step: "uphill"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_MEAN_TWICE_LOST
// train_step / reference_step: "the loss is a mean"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_DHIDDEN_NOT_CLEARED
// train_step / reference_step: "before it was cleared"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_LOSS_AFTER
// train_step / follows_the_slope: "the loss after the step"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_EXCHANGED
// train_step / reference_step: "got"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_INPUTS_UNCHECKED
// train_step / refuses_bad_input: "must return NAN"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_GOES_ON_AFTER_NAN
// train_step / refuses_bad_input: "must stay untouched"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

#ifdef STEP_ONE_LOGIT_MORE
// train_step / stays_in_bounds: "past the end of"
float train_step(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,
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
#endif

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
