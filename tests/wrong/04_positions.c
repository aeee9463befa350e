// Wrong answers to the exercises of chapter 4, each as somebody really writes it.
//
// Each stands in its own #ifdef and names the test that must fail and words that the failing
// test's message must hold. build/prove links one of them at a time before the solutions, so
// the other exercises stay solved, and must pass.
#include <math.h>
#include <string.h>

static inline double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

// row[0 ... n - 1] becomes shares that sum to 1
static inline void softmax(float *row, size_t n)
{
    float largest = -INFINITY;
    double sum = 0.0;
    for (size_t s = 0; s < n; s++)
        largest = fmaxf(largest, row[s]);
    for (size_t s = 0; s < n; s++)
        sum += (double)(row[s] = expf(row[s] - largest));
    for (size_t s = 0; s < n; s++)
        row[s] = (float)((double)row[s] / sum);
}

// out = the values mixed in the shares of one token
static inline void mix(float *out, const float *shares, const float *v, size_t n,
                       size_t d)
{
    memset(out, 0, d * sizeof *out);
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < d; i++)
            out[i] += shares[s] * v[s * d + i];
}

// -------------------------------------------------------------- 4.1 attention_forward

WRONG(attention_forward, sees_no_order, no_root,
      "The scores are not divided by the square root of d_head.")
bool no_root(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] = (float)dot(q + t * d_head, k + s * d_head, d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, stays_in_bounds, divided_by_d,
      "The scores are divided by d_head itself, not by its square root.")
bool divided_by_d(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] = (float)dot(q + t * d_head, k + s * d_head, d_head) / (float)d_head;
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, mask_forgotten,
      "The mask is ignored: causal is true here.")
bool mask_forgotten(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    (void)causal;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, mask_always,
      "The mask is on although causal is false.")
bool mask_always(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    (void)causal;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = t + 1;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, next_token_heard,
      "The mask lets the next token in: only s <= t is heard.")
bool next_token_heard(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal && t + 2 < n_tokens ? t + 2 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, masked_score_zero,
      "A masked score of 0 still counts: its exponential is 1.")
bool masked_score_zero(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, masked_after_softmax,
      "This masks after the softmax: the shares no longer sum to 1.")
bool masked_after_softmax(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_tokens);
        for (size_t s = t + 1; causal && s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, future_stays_hidden, masked_with_a_billion,
      "The last key is huge, and only the last token may hear it. A mask of -1e9 is not "
      "enough: leave later keys out, or use -INFINITY.")
bool masked_with_a_billion(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        for (size_t s = t + 1; causal && s < n_tokens; s++)
            row[s] += -1e9f;
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, later_tokens,
      "The mask is the wrong way round: these are the later tokens.")
bool later_tokens(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        for (size_t s = 0; causal && s < t; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, self_hidden,
      "The mask hides the token itself: s <= t is heard.")
bool self_hidden(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        for (size_t s = t; causal && s < n_tokens; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, large_scores, no_maximum,
      "Subtract the largest score of the row from all of them before expf: expf(1000) "
      "is infinite, and all of expf(-1000) are 0.")
bool no_maximum(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        double sum = 0.0;
        for (size_t s = 0; s < n_keys; s++)
            sum += (double)(row[s] = expf(row[s]));
        for (size_t s = 0; s < n_keys; s++)
            row[s] = (float)((double)row[s] / sum);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, not_divided_by_sum,
      "The exponentials are not divided by their sum.")
bool not_divided_by_sum(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        for (size_t s = 0; s < n_keys; s++)
            row[s] = expf(row[s]);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, random_heads, keys_ask,
      "Query and key are exchanged: token t asks with q[t].")
bool keys_ask(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(k + t * d_head, q + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, random_heads, keys_mixed,
      "The keys are mixed: what a head hands over are the values.")
bool keys_mixed(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    (void)v;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, k, n_tokens, d_head);
    }
    return true;
}

CAUGHT(attention_forward, worked_example, rest_not_written, "was never written")
bool rest_not_written(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] =
                (float)dot(q + t * d_head, k + s * d_head, d_head) / sqrtf((float)d_head);
        softmax(row, n_keys);
        mix(out + t * d_head, row, v, n_keys, d_head);
    }
    return true;
}

CAUGHT(attention_forward, refuses_empty, empty_accepted, "must return false")
bool empty_accepted(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        const size_t n_keys = causal ? t + 1 : n_tokens;
        for (size_t s = 0; s < n_keys; s++)
            row[s] = (float)dot(q + t * d_head, k + s * d_head, d_head) /
                     sqrtf((float)d_head + (d_head == 0 ? 1.0f : 0.0f));
        softmax(row, n_keys);
        for (size_t s = n_keys; s < n_tokens; s++)
            row[s] = 0.0f;
        mix(out + t * d_head, row, v, n_tokens, d_head);
    }
    return true;
}

WRONG(attention_forward, worked_example, softmax_over_queries,
      "The softmax runs over the queries: the shares of one query sum to 1.")
bool softmax_over_queries(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t s = 0; s < n_tokens; s++) {
        double sum = 0.0;
        for (size_t t = 0; t < n_tokens; t++) {
            const double score = dot(q + t * d_head, k + s * d_head, d_head);
            att[t * n_tokens + s] = (float)exp(score / sqrt((double)d_head));
            if (causal && s > t)
                att[t * n_tokens + s] = 0.0f;
            sum += (double)att[t * n_tokens + s];
        }
        for (size_t t = 0; t < n_tokens; t++)
            att[t * n_tokens + s] = (float)((double)att[t * n_tokens + s] / sum);
    }
    for (size_t t = 0; t < n_tokens; t++)
        mix(out + t * d_head, att + t * n_tokens, v, n_tokens, d_head);
    return true;
}

WRONG(attention_forward, random_heads, mixed_transposed,
      "att is used transposed: out[t] mixes with att[t][s].")
bool mixed_transposed(float *out, float *att, const float *q, const float *k,
                       const float *v, size_t n_tokens, size_t d_head, bool causal)
{
    if (n_tokens == 0 || d_head == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        float *row = att + t * n_tokens;
        for (size_t s = 0; s < n_tokens; s++)
            row[s] = (float)(dot(q + t * d_head, k + s * d_head, d_head) /
                             sqrt((double)d_head));
        for (size_t s = t + 1; causal && s < n_tokens; s++)
            row[s] = -INFINITY;
        softmax(row, n_tokens);
    }
    memset(out, 0, n_tokens * d_head * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < n_tokens; s++)
            for (size_t i = 0; i < d_head; i++)
                out[t * d_head + i] += att[s * n_tokens + t] * v[s * d_head + i];
    return true;
}

// ------------------------------------------------------------------ 4.2 add_positions

WRONG(add_positions, stays_in_bounds, token_replaced,
      "The token is gone: = where += belongs.")
bool token_replaced(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] = wpe[t * d_model + i];
    return true;
}

WRONG(add_positions, worked_example, positions_from_one,
      "This adds row t + 1: positions count from 0.")
bool positions_from_one(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(t + 1) * d_model + i];
    return true;
}

WRONG(add_positions, worked_example, row_zero_for_all,
      "Every token got row 0: row t belongs to position t.")
bool row_zero_for_all(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i];
    return true;
}

WRONG(add_positions, worked_example, column_of_table,
      "This reads a column of wpe: it is stored as [max_seq_len][d_model].")
bool column_of_table(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i * max_seq_len + t];
    return true;
}

WRONG(add_positions, random_tables, rows_too_far_apart,
      "The rows of wpe are d_model apart, not n_tokens.")
bool rows_too_far_apart(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(t * n_tokens + i) % (max_seq_len * d_model)];
    return true;
}

WRONG(add_positions, random_tables, last_rows,
      "The last rows of wpe are used: position 0 is its first row.")
bool last_rows(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(max_seq_len - n_tokens + t) * d_model + i];
    return true;
}

WRONG(add_positions, worked_example, scaled_first,
      "x is multiplied by the square root of d_model first: that is another model.")
bool scaled_first(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] =
                sqrtf((float)d_model) * x[t * d_model + i] + wpe[t * d_model + i];
    return true;
}

WRONG(add_positions, worked_example, last_token_forgotten,
      "The last token got no position.")
bool last_token_forgotten(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t + 1 < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

CAUGHT(add_positions, full_table, full_table_refused, "refuses good input")
bool full_table_refused(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens >= max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, no_check, "must return false")
bool no_check(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    (void)max_seq_len;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, positions_wrapped, "must return false")
bool positions_wrapped(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (max_seq_len == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t % max_seq_len * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, long_text_cut, "must return false")
bool long_text_cut(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        n_tokens = max_seq_len;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

CAUGHT(add_positions, refuses_too_many, refused_too_late, "must stay untouched")
bool refused_too_late(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens && t < max_seq_len; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    if (n_tokens > max_seq_len)
        return false;
    return true;
}

WRONG(add_positions, accepts_no_tokens, no_tokens_refused,
      "add_positions must return true for no tokens: there is nothing wrong, and "
      "nothing to do.")
bool no_tokens_refused(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens == 0 || n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}

// --------------------------------------------------------------- 4.3 sinusoidal_table

WRONG(sinusoidal_table, moves_by_turning, half_exponent,
      "The exponent is 2i/d with i the number of the pair, not i/d.")
bool half_exponent(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle = (double)p * pow(10000.0, -(double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

CAUGHT(sinusoidal_table, wide_table, angle_added_up, "six columns")
bool angle_added_up(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t i = 0; i < d_model; i += 2) {
        const float speed = (float)pow(10000.0, -(double)i / (double)d_model);
        float angle = 0.0f;
        for (size_t p = 0; p < max_seq_len; p++) {
            wpe[p * d_model + i] = sinf(angle);
            wpe[p * d_model + i + 1] = cosf(angle);
            angle += speed;
        }
    }
    return true;
}

WRONG(sinusoidal_table, stays_in_bounds, column_for_pair,
      "The exponent is 2i/d with i the number of the pair, not 4i/d: is i a column "
      "here?")
bool column_for_pair(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model; i += 2) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + i] = (float)sin(angle);
            wpe[p * d_model + i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, cosine_first,
      "Sine and cosine are exchanged: the even column of a pair is the sine.")
bool cosine_first(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)cos(angle);
            wpe[p * d_model + 2 * i + 1] = (float)sin(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, in_blocks,
      "These are blocks, all sines and then all cosines: here each sine has its cosine "
      "beside it.")
bool in_blocks(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + i] = (float)sin(angle);
            wpe[p * d_model + d_model / 2 + i] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, from_one,
      "Row 0 belongs to position 0: positions count from 0.")
bool from_one(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)(p + 1) * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, faster_and_faster,
      "The exponent is negative: later pairs turn more slowly.")
bool faster_and_faster(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, 2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, whole_number_exponent,
      "All pairs turn at one speed: 2 * i / d_model in whole numbers is 0.")
bool whole_number_exponent(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle = (double)p / pow(10000.0, (double)(2 * i / d_model));
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, each_column_its_speed,
      "Each column has its own speed: a sine and its cosine share one.")
bool each_column_its_speed(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t j = 0; j < d_model; j++) {
            const double angle = (double)p * pow(10000.0, -(double)j / (double)d_model);
            wpe[p * d_model + j] = (float)(j % 2 == 0 ? sin(angle) : cos(angle));
        }
    return true;
}

WRONG(sinusoidal_table, random_sizes, stretched_to_the_end,
      "The exponents reach 1 at the last pair: they are 2i/d, not i/(d/2 - 1).")
bool stretched_to_the_end(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    if (d_model == 2)
        for (size_t p = 0; p < max_seq_len; p++) {
            wpe[2 * p] = (float)sin((double)p);
            wpe[2 * p + 1] = (float)cos((double)p);
        }
    if (d_model == 2)
        return true;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -(double)i / ((double)d_model / 2.0 - 1.0));
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, thousand,
      "The base is 1,000 here: it should be 10,000.")
bool thousand(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(1000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, minus_sine, "The sign of the sine is wrong.")
bool minus_sine(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)-sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

WRONG(sinusoidal_table, reference_rows, sines_only,
      "The odd columns hold sines: they should hold cosines.")
bool sines_only(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)sin(angle);
        }
    return true;
}

WRONG(sinusoidal_table, far_positions, angle_in_float,
      "Far from the start only a double holds the angle: multiply position and speed in "
      "double, and round the sine, not the angle.")
bool angle_in_float(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0 || d_model % 2 != 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const float speed = powf(10000.0f, -2.0f * (float)i / (float)d_model);
            const float angle = (float)p * speed;
            wpe[p * d_model + 2 * i] = sinf(angle);
            wpe[p * d_model + 2 * i + 1] = cosf(angle);
        }
    return true;
}

CAUGHT(sinusoidal_table, refuses_odd, odd_accepted, "must return false")
bool odd_accepted(float *wpe, size_t max_seq_len, size_t d_model)
{
    if (d_model == 0)
        return false;
    for (size_t p = 0; p < max_seq_len; p++)
        for (size_t i = 0; i < d_model / 2; i++) {
            const double angle =
                (double)p * pow(10000.0, -2.0 * (double)i / (double)d_model);
            wpe[p * d_model + 2 * i] = (float)sin(angle);
            wpe[p * d_model + 2 * i + 1] = (float)cos(angle);
        }
    return true;
}

// --------------------------------------------------------------- 4.4 rope_interleaved

WRONG(rope_interleaved, keeps_lengths, near_other_pairs,
      "These are the pairs of the other layout.")
bool near_other_pairs(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, scores_see_distance, near_overwritten,
      "The first number of the pair was overwritten before the second was computed from "
      "it.")
bool near_overwritten(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                row[2 * i] = row[2 * i] * c - row[2 * i + 1] * s;
                row[2 * i + 1] = row[2 * i] * s + row[2 * i + 1] * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, reference_rows, near_backwards,
      "This turns the other way: the sign of the sine is wrong.")
bool near_backwards(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c + b * s;
                row[2 * i + 1] = b * c - a * s;
            }
        }
    return true;
}

WRONG(rope_interleaved, reference_rows, near_sine_for_cosine,
      "Cosine and sine are exchanged.")
bool near_sine_for_cosine(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * s - b * c;
                row[2 * i + 1] = a * c + b * s;
            }
        }
    return true;
}

WRONG(rope_interleaved, reference_rows, near_mirrored,
      "This mirrors instead of turning: the second number is a s + b c.")
bool near_mirrored(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s - b * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, random_heads, near_row_zero,
      "Every token was turned by row 0 of the tables: row t belongs to token t.")
bool near_row_zero(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[0 * n_pairs + i];
                const float s = sines[0 * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, random_heads, near_one_head, "Only head 0 was turned.")
bool near_one_head(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < (n_heads > 0 ? (size_t)1 : 0); h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, reference_rows, near_half_the_pairs,
      "Only the first half of the pairs was turned.")
bool near_half_the_pairs(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs / 2; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

CAUGHT(rope_interleaved, stays_in_bounds, near_long_rows, "read past the end of")
bool near_long_rows(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * d_head + i];
                const float s = sines[t * d_head + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

CAUGHT(rope_interleaved, refuses_odd, near_odd_accepted, "must return false")
bool near_odd_accepted(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

// ---------------------------------------------------------------- 4.5 rope_half_split

WRONG(rope_half_split, keeps_lengths, half_other_pairs,
      "These are the pairs of the other layout.")
bool half_other_pairs(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_half_split, scores_see_distance, half_overwritten,
      "The first number of the pair was overwritten before the second was computed from "
      "it.")
bool half_overwritten(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                row[i] = row[i] * c - row[i + n_pairs] * s;
                row[i + n_pairs] = row[i] * s + row[i + n_pairs] * c;
            }
        }
    return true;
}

WRONG(rope_half_split, reference_rows, half_backwards,
      "This turns the other way: the sign of the sine is wrong.")
bool half_backwards(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c + b * s;
                row[i + n_pairs] = b * c - a * s;
            }
        }
    return true;
}

WRONG(rope_half_split, reference_rows, half_sine_for_cosine,
      "Cosine and sine are exchanged.")
bool half_sine_for_cosine(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * s - b * c;
                row[i + n_pairs] = a * c + b * s;
            }
        }
    return true;
}

WRONG(rope_half_split, reference_rows, half_mirrored,
      "This mirrors instead of turning: the second number is a s + b c.")
bool half_mirrored(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s - b * c;
            }
        }
    return true;
}

WRONG(rope_half_split, random_heads, half_row_zero,
      "Every token was turned by row 0 of the tables: row t belongs to token t.")
bool half_row_zero(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[0 * n_pairs + i];
                const float s = sines[0 * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_half_split, random_heads, half_one_head, "Only head 0 was turned.")
bool half_one_head(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < (n_heads > 0 ? (size_t)1 : 0); h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_half_split, reference_rows, half_half_the_pairs,
      "Only the first half of the pairs was turned.")
bool half_half_the_pairs(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs / 2; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

CAUGHT(rope_half_split, stays_in_bounds, half_long_rows, "read past the end of")
bool half_long_rows(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * d_head + i];
                const float s = sines[t * d_head + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

CAUGHT(rope_half_split, refuses_odd, half_odd_accepted, "must return false")
bool half_odd_accepted(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + i];
                const float s = sines[t * n_pairs + i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

WRONG(rope_interleaved, random_heads, near_row_of_head,
      "The row of the tables is that of the head: it belongs to the token, all heads "
      "share it.")
bool near_row_of_head(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[(h < n_tokens ? h : t) * n_pairs + i];
                const float s = sines[(h < n_tokens ? h : t) * n_pairs + i];
                const float a = row[2 * i], b = row[2 * i + 1];
                row[2 * i] = a * c - b * s;
                row[2 * i + 1] = a * s + b * c;
            }
        }
    return true;
}

CAUGHT(rope_half_split, stays_in_bounds, half_table_of_full_rows, "read past the end of")
bool half_table_of_full_rows(float *x, const float *cosines, const float *sines, size_t n_tokens,
                     size_t n_heads, size_t d_head)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const size_t n_pairs = d_head / 2;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t h = 0; h < n_heads; h++) {
            float *row = x + (t * n_heads + h) * d_head;
            for (size_t i = 0; i < n_pairs; i++) {
                const float c = cosines[t * n_pairs + 2 * i];
                const float s = sines[t * n_pairs + 2 * i];
                const float a = row[i], b = row[i + n_pairs];
                row[i] = a * c - b * s;
                row[i + n_pairs] = a * s + b * c;
            }
        }
    return true;
}

// --------------------------------------------------------------------- 4.6 rope_score

WRONG(rope_score, stays_in_bounds, distance_reversed,
      "The distance has the wrong sign: phi is (n - m) times the speed, negative for n "
      "< m.")
bool distance_reversed(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)m - (double)n;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, distance_wrapped,
      "n - m wrapped round: it is negative here, and size_t cannot be. Subtract in "
      "double.")
bool distance_wrapped(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)(n - m);
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, distance_unsigned_back,
      "m - n wrapped round: it is negative here, and size_t cannot be. Subtract in "
      "double.")
bool distance_unsigned_back(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = -(double)(m - n);
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_of_halves,
      "These are the pairs of the other layout: here neighbours turn together.")
bool score_of_halves(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[i], q1 = (double)q[i + d_head / 2];
        const double k0 = (double)k[i], k1 = (double)k[i + d_head / 2];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_scaled,
      "The score is divided by the square root of d_head: here it is not.")
bool score_scaled(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)(sum / sqrt((double)d_head));
    return true;
}

WRONG(rope_score, reference_scores, score_without_sine,
      "The term with the sine is missing.")
bool score_without_sine(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_half_exponent,
      "The exponent is 2i/d with i the number of the pair, not i/d.")
bool score_half_exponent(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle = offset * pow((double)base, -(double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, random_places, score_base_fixed,
      "The base is an argument: it is not always 10,000.")
bool score_base_fixed(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    (void)base;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle = offset * pow(10000.0, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_same_both_ways,
      "The distance has the wrong sign: phi is (n - m) times the speed, negative for n "
      "< m.")
bool score_same_both_ways(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = fabs((double)n - (double)m);
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_positions_added,
      "The positions are added: what counts is their difference.")
bool score_positions_added(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    const double offset = (double)n + (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, reference_scores, score_only_query, "Only the query was turned.")
bool score_only_query(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    (void)n;
    const double offset = -(double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

CAUGHT(rope_score, refuses_odd, score_odd_accepted, "must return false")
bool score_odd_accepted(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0)
        return false;
    const double offset = (double)n - (double)m;
    double sum = 0.0;
    for (size_t i = 0; i < d_head / 2; i++) {
        const double angle =
            offset * pow((double)base, -2.0 * (double)i / (double)d_head);
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}

WRONG(rope_score, far_away, score_far_in_float,
      "Only the distance counts, 3 here. Angles of far positions do not fit a float: "
      "take the difference first, in double.")
bool score_far_in_float(float *score, const float *q, const float *k, size_t m, size_t n,
                size_t d_head, float base)
{
    if (d_head == 0 || d_head % 2 != 0)
        return false;
    float sum = 0.0f;
    for (size_t i = 0; i < d_head / 2; i++) {
        const float speed = powf(base, -2.0f * (float)i / (float)d_head);
        const float qc = cosf((float)m * speed), qs = sinf((float)m * speed);
        const float kc = cosf((float)n * speed), ks = sinf((float)n * speed);
        const float q0 = q[2 * i] * qc - q[2 * i + 1] * qs;
        const float q1 = q[2 * i] * qs + q[2 * i + 1] * qc;
        sum += q0 * (k[2 * i] * kc - k[2 * i + 1] * ks);
        sum += q1 * (k[2 * i] * ks + k[2 * i + 1] * kc);
    }
    *score = sum;
    return true;
}
