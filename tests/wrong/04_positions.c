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

#ifdef NO_ROOT
// attention_forward / sees_no_order: "not divided by the square root"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef DIVIDED_BY_D
// attention_forward / stays_in_bounds: "divided by d_head itself"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MASK_FORGOTTEN
// attention_forward / worked_example: "The mask is ignored"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MASK_ALWAYS
// attention_forward / worked_example: "The mask is on although"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef NEXT_TOKEN_HEARD
// attention_forward / worked_example: "lets the next token in"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MASKED_SCORE_ZERO
// attention_forward / worked_example: "A masked score of 0 still counts"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MASKED_AFTER_SOFTMAX
// attention_forward / worked_example: "masks after the softmax"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MASKED_WITH_A_BILLION
// attention_forward / future_stays_hidden: "A mask of -1e9"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef LATER_TOKENS
// attention_forward / worked_example: "the wrong way round"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef SELF_HIDDEN
// attention_forward / worked_example: "hides the token itself"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef NO_MAXIMUM
// attention_forward / large_scores: "Subtract the largest score"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef NOT_DIVIDED_BY_SUM
// attention_forward / worked_example: "not divided by their sum"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef KEYS_ASK
// attention_forward / random_heads: "Query and key are exchanged"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef KEYS_MIXED
// attention_forward / random_heads: "The keys are mixed"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef REST_NOT_WRITTEN
// attention_forward / worked_example: "was never written"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef EMPTY_ACCEPTED
// attention_forward / refuses_empty: "must return false"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef SOFTMAX_OVER_QUERIES
// attention_forward / worked_example: "softmax runs over the queries"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

#ifdef MIXED_TRANSPOSED
// attention_forward / random_heads: "att is used transposed"
bool attention_forward(float *out, float *att, const float *q, const float *k,
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
#endif

// ------------------------------------------------------------------ 4.2 add_positions

#ifdef TOKEN_REPLACED
// add_positions / stays_in_bounds: "= where += belongs"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] = wpe[t * d_model + i];
    return true;
}
#endif

#ifdef POSITIONS_FROM_ONE
// add_positions / worked_example: "positions count from 0"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(t + 1) * d_model + i];
    return true;
}
#endif

#ifdef ROW_ZERO_FOR_ALL
// add_positions / worked_example: "Every token got row 0"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i];
    return true;
}
#endif

#ifdef COLUMN_OF_TABLE
// add_positions / worked_example: "reads a column of wpe"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[i * max_seq_len + t];
    return true;
}
#endif

#ifdef ROWS_TOO_FAR_APART
// add_positions / random_tables: "rows of wpe are d_model apart, not n_tokens"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(t * n_tokens + i) % (max_seq_len * d_model)];
    return true;
}
#endif

#ifdef LAST_ROWS
// add_positions / random_tables: "The last rows of wpe"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[(max_seq_len - n_tokens + t) * d_model + i];
    return true;
}
#endif

#ifdef SCALED_FIRST
// add_positions / worked_example: "square root of d_model"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
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
#endif

#ifdef LAST_TOKEN_FORGOTTEN
// add_positions / worked_example: "The last token got no position"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t + 1 < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}
#endif

#ifdef FULL_TABLE_REFUSED
// add_positions / full_table: "refuses good input"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens >= max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}
#endif

#ifdef NO_CHECK
// add_positions / refuses_too_many: "must return false"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    (void)max_seq_len;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}
#endif

#ifdef POSITIONS_WRAPPED
// add_positions / refuses_too_many: "must return false"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (max_seq_len == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t % max_seq_len * d_model + i];
    return true;
}
#endif

#ifdef LONG_TEXT_CUT
// add_positions / refuses_too_many: "must return false"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens > max_seq_len)
        n_tokens = max_seq_len;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}
#endif

#ifdef REFUSED_TOO_LATE
// add_positions / refuses_too_many: "must stay untouched"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    for (size_t t = 0; t < n_tokens && t < max_seq_len; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    if (n_tokens > max_seq_len)
        return false;
    return true;
}
#endif

#ifdef NO_TOKENS_REFUSED
// add_positions / accepts_no_tokens: "must return true"
bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                   size_t d_model)
{
    if (n_tokens == 0 || n_tokens > max_seq_len)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            x[t * d_model + i] += wpe[t * d_model + i];
    return true;
}
#endif

// --------------------------------------------------------------- 4.3 sinusoidal_table

#ifdef HALF_EXPONENT
// sinusoidal_table / moves_by_turning: "not i/d"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef ANGLE_ADDED_UP
// sinusoidal_table / wide_table: "six columns"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef COLUMN_FOR_PAIR
// sinusoidal_table / stays_in_bounds: "is i a column here?"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef COSINE_FIRST
// sinusoidal_table / reference_rows: "Sine and cosine are exchanged"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef IN_BLOCKS
// sinusoidal_table / reference_rows: "These are blocks"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef FROM_ONE
// sinusoidal_table / reference_rows: "positions count from 0"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef FASTER_AND_FASTER
// sinusoidal_table / reference_rows: "The exponent is negative"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef WHOLE_NUMBER_EXPONENT
// sinusoidal_table / reference_rows: "in whole numbers is 0"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef EACH_COLUMN_ITS_SPEED
// sinusoidal_table / reference_rows: "Each column has its own speed"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef STRETCHED_TO_THE_END
// sinusoidal_table / random_sizes: "not i/(d/2 - 1)"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef THOUSAND
// sinusoidal_table / reference_rows: "The base is 1,000"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef MINUS_SINE
// sinusoidal_table / reference_rows: "The sign of the sine"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef SINES_ONLY
// sinusoidal_table / reference_rows: "The odd columns hold sines"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef ANGLE_IN_FLOAT
// sinusoidal_table / far_positions: "only a double holds the angle"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

#ifdef ODD_ACCEPTED
// sinusoidal_table / refuses_odd: "must return false"
bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
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
#endif

// --------------------------------------------------------------- 4.4 rope_interleaved

#ifdef NEAR_OTHER_PAIRS
// rope_interleaved / keeps_lengths: "the other layout"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_OVERWRITTEN
// rope_interleaved / scores_see_distance: "was overwritten before"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_BACKWARDS
// rope_interleaved / reference_rows: "turns the other way"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_SINE_FOR_COSINE
// rope_interleaved / reference_rows: "Cosine and sine are exchanged"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_MIRRORED
// rope_interleaved / reference_rows: "mirrors instead of turning"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_ROW_ZERO
// rope_interleaved / random_heads: "by row 0 of the tables"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_ONE_HEAD
// rope_interleaved / random_heads: "Only head 0 was turned"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_HALF_THE_PAIRS
// rope_interleaved / reference_rows: "Only the first half of the pairs"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_LONG_ROWS
// rope_interleaved / stays_in_bounds: "read past the end of"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_ODD_ACCEPTED
// rope_interleaved / refuses_odd: "must return false"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

// ---------------------------------------------------------------- 4.5 rope_half_split

#ifdef HALF_OTHER_PAIRS
// rope_half_split / keeps_lengths: "the other layout"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_OVERWRITTEN
// rope_half_split / scores_see_distance: "was overwritten before"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_BACKWARDS
// rope_half_split / reference_rows: "turns the other way"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_SINE_FOR_COSINE
// rope_half_split / reference_rows: "Cosine and sine are exchanged"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_MIRRORED
// rope_half_split / reference_rows: "mirrors instead of turning"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_ROW_ZERO
// rope_half_split / random_heads: "by row 0 of the tables"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_ONE_HEAD
// rope_half_split / random_heads: "Only head 0 was turned"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_HALF_THE_PAIRS
// rope_half_split / reference_rows: "Only the first half of the pairs"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_LONG_ROWS
// rope_half_split / stays_in_bounds: "read past the end of"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_ODD_ACCEPTED
// rope_half_split / refuses_odd: "must return false"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef NEAR_ROW_OF_HEAD
// rope_interleaved / random_heads: "The row of the tables is that of the head"
bool rope_interleaved(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

#ifdef HALF_TABLE_OF_FULL_ROWS
// rope_half_split / stays_in_bounds: "read past the end of"
bool rope_half_split(float *x, const float *cosines, const float *sines, size_t n_tokens,
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
#endif

// --------------------------------------------------------------------- 4.6 rope_score

#ifdef DISTANCE_REVERSED
// rope_score / stays_in_bounds: "The distance has the wrong sign"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef DISTANCE_WRAPPED
// rope_score / reference_scores: "wrapped round"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef DISTANCE_UNSIGNED_BACK
// rope_score / reference_scores: "wrapped round"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_OF_HALVES
// rope_score / reference_scores: "the other layout"
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
        const double q0 = (double)q[i], q1 = (double)q[i + d_head / 2];
        const double k0 = (double)k[i], k1 = (double)k[i + d_head / 2];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)sum;
    return true;
}
#endif

#ifdef SCORE_SCALED
// rope_score / reference_scores: "divided by the square root"
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
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle) + (q1 * k0 - q0 * k1) * sin(angle);
    }
    *score = (float)(sum / sqrt((double)d_head));
    return true;
}
#endif

#ifdef SCORE_WITHOUT_SINE
// rope_score / reference_scores: "The term with the sine is missing"
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
        const double q0 = (double)q[2 * i], q1 = (double)q[2 * i + 1];
        const double k0 = (double)k[2 * i], k1 = (double)k[2 * i + 1];
        sum += (q0 * k0 + q1 * k1) * cos(angle);
    }
    *score = (float)sum;
    return true;
}
#endif

#ifdef SCORE_HALF_EXPONENT
// rope_score / reference_scores: "not i/d"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_BASE_FIXED
// rope_score / random_places: "The base is an argument"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_SAME_BOTH_WAYS
// rope_score / reference_scores: "The distance has the wrong sign"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_POSITIONS_ADDED
// rope_score / reference_scores: "The positions are added"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_ONLY_QUERY
// rope_score / reference_scores: "Only the query was turned"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_ODD_ACCEPTED
// rope_score / refuses_odd: "must return false"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif

#ifdef SCORE_FAR_IN_FLOAT
// rope_score / far_away: "do not fit a float"
bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
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
#endif
