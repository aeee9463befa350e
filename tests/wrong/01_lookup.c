// Wrong answers to the exercises of chapter 1, each as somebody really writes it.
//
// Each stands in its own #ifdef and names the test that must fail and words that the failing
// test's message must hold. build/prove links one of them at a time before the solutions, so
// the other exercises stay solved, and must pass.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool ids_in_range(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    return true;
}

static inline double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

// A number without all but the first 21 of the 24 bits that a float holds.
static inline double cut_short(double value)
{
    int exponent;
    double fraction = frexp(value, &exponent);
    return ldexp(trunc(fraction * 0x1p21) * 0x1p-21, exponent);
}

// ---------------------------------------------------------------------------- 1.1 one_hot

#ifdef MARK_BEFORE
// one_hot / worked_example: "ids count from 0"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v + 1 == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_BEFORE_IN_PLACE
// one_hot / worked_example: "ids count from 0"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t] - 1] = 1.0f;
    return true;
}
#endif

#ifdef MARK_BY_HEART
// one_hot / random_ids: "got"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = j == 2 || j == 5 || j == 13;
    return true;
}
#endif

#ifdef MARK_TRANSPOSED
// one_hot / worked_example: "transpose"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[v * n_tokens + t] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_POSITION
// one_hot / worked_example: "marks position t"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == t ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_WITH_ID
// one_hot / worked_example: "the id itself"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? (float)ids[t] : 0.0f;
    return true;
}
#endif

#ifdef MEMSET_ONE
// one_hot / worked_example: "memset fills bytes"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        memset(out + t * vocab_size + ids[t], 1, sizeof *out);
    return true;
}
#endif

#ifdef ZEROS_LEFT_OUT
// one_hot / worked_example: "was never written"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}
#endif

#ifdef MEMSET_COUNTS_FLOATS
// one_hot / worked_example: "got"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    memset(out, 0, n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}
#endif

#ifdef ONE_COLD
// one_hot / worked_example: "0 and 1 are exchanged"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v != ids[t];
    return true;
}
#endif

#ifdef MARK_FIRST_ID
// one_hot / worked_example: "ids[0]"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == *ids ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_ONE_ROW_ONLY
// one_hot / worked_example: "got"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_CALLED_DONE
// one_hot / worked_example: "was never written"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return out != NULL && ids_in_range(ids, n_tokens, vocab_size);
}
#endif

#ifdef MARK_SAYS_FALSE
// one_hot / worked_example: "must return true"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return false;
}
#endif

#ifdef MARK_UNCHECKED
// one_hot / refuses_bad_ids: "must return false"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_UP_TO_V
// one_hot / refuses_bad_ids: "must return false"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_CHECKS_ON_THE_WAY
// one_hot / refuses_bad_ids: "must stay untouched"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    }
    return true;
}
#endif

#ifdef MARK_ZEROS_BEFORE_CHECK
// one_hot / refuses_bad_ids: "must stay untouched"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}
#endif

#ifdef MARK_CHECKS_FIRST_ID
// one_hot / refuses_bad_ids: "must return false"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (n_tokens > 0 && ids[0] >= vocab_size)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_SIGNED_CHECK
// one_hot / refuses_bad_ids: "must return false"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((int)ids[t] >= (int)vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_NEEDS_IDS
// one_hot / accepts_no_ids: "no ids"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (n_tokens == 0 || !ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_ONE_COLUMN_MORE
// one_hot / stays_in_bounds: "past the end of"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v <= vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

#ifdef MARK_ONE_ID_MORE
// one_hot / stays_in_bounds: "past the end of"
bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t <= n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}
#endif

// ----------------------------------------------------------------------------- 1.2 matmul

#ifdef B_BY_COLUMNS
// matmul / worked_example: "b is read as [n_cols][n_inner]"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[c * n_inner + k];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef A_WITH_STRIDE_OF_B
// matmul / random_shapes: "rows of a are n_inner apart"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    size_t stride = n_cols < n_inner ? n_cols : n_inner;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * stride + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef PRODUCT_TRANSPOSED
// matmul / worked_example: "transpose"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[c * n_rows + r] = sum;
        }
    return true;
}
#endif

#ifdef ADDS_TO_WHAT_WAS_THERE
// matmul / worked_example: "+="
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}
#endif

#ifdef LAST_TERM_ONLY
// matmul / worked_example: "only the last term"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            for (size_t k = 0; k < n_inner; k++)
                out[r * n_cols + c] = a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}
#endif

#ifdef SUM_RUNS_ON
// matmul / worked_example: "sum is not reset"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    float sum = 0.0f;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef SUM_IN_INT
// matmul / worked_example: "whole numbers"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            int sum = 0;
            for (size_t k = 0; k < n_inner; k++)
                sum = (int)((float)sum + a[r * n_inner + k] * b[k * n_cols + c]);
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}
#endif

#ifdef STARTS_AT_ONE
// matmul / worked_example: "the first term is missing"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 1; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef STOPS_ONE_EARLY
// matmul / worked_example: "the last term is missing"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner - 1; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef ONLY_FOUR_AT_A_TIME
// matmul / random_shapes: "got"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    size_t whole = n_inner < 4 ? n_inner : n_inner / 4 * 4;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < whole; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef SKIPS_ZEROS
// matmul / keeps_nan: "0 x NaN is NaN"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        for (size_t c = 0; c < n_cols; c++)
            out[r * n_cols + c] = 0.0f;
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols && a[r * n_inner + k] != 0.0f; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    }
    return true;
}
#endif

#ifdef PRODUCTS_CUT_SHORT
// matmul / random_shapes: "got"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                sum += cut_short((double)a[r * n_inner + k] * (double)b[k * n_cols + c]);
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}
#endif

#ifdef PRODUCT_OF_NOTHING
// matmul / refuses_empty: "must return false"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef PRODUCT_ZEROES_FIRST
// matmul / refuses_empty: "must stay untouched"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    memset(out, 0, n_rows * n_cols * sizeof *out);
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = 0; k < n_inner; k++)
            for (size_t c = 0; c < n_cols; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}
#endif

#ifdef PRODUCT_ONLY_ROWS_CHECKED
// matmul / refuses_empty: "must return false"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum += a[r * n_inner + k] * b[k * n_cols + c];
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

#ifdef PRODUCT_READS_ON
// matmul / stays_in_bounds: "past the end of a"
bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k <= n_inner; k++) {
                float term = a[r * n_inner + k];
                sum += k < n_inner ? term * b[k * n_cols + c] : 0.0f * term;
            }
            out[r * n_cols + c] = sum;
        }
    return true;
}
#endif

// ------------------------------------------------------------------ 1.3 embedding_forward

#ifdef ROW_BEFORE
// embedding_forward / reference_rows: "ids count from 0"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[(ids[t] - 1) * d_model + i];
    return true;
}
#endif

#ifdef ROW_AFTER
// embedding_forward / reference_rows: "row id + 1"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[((ids[t] + 1) % vocab_size) * d_model + i];
    return true;
}
#endif

#ifdef ROW_WRITTEN_AT_ID
// embedding_forward / reference_rows: "out[ids[t]]"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (ids[t] < n_tokens)
                out[ids[t] * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_STRIDE_V
// embedding_forward / random_tables: "rows are d_model apart"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    size_t last = vocab_size * d_model - 1;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            size_t at = ids[t] * vocab_size + i;
            out[t * d_model + i] = wte[at < last ? at : last];
        }
    return true;
}
#endif

#ifdef ROW_OF_TRANSPOSED_TABLE
// embedding_forward / reference_rows: "a column"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[i * vocab_size + ids[t]];
    return true;
}
#endif

#ifdef ROW_OF_POSITION
// embedding_forward / reference_rows: "row t"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[t % vocab_size * d_model + i];
    return true;
}
#endif

#ifdef ROW_OF_FIRST_ID
// embedding_forward / reference_rows: "every row"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[0] * d_model + i];
    return true;
}
#endif

#ifdef ROW_COPIED_IN_BYTES
// embedding_forward / equals_product: "got"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model);
    return true;
}
#endif

#ifdef ROW_SIZE_OF_POINTER
// embedding_forward / stays_in_bounds: "past the end of"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memmove(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof wte);
    return true;
}
#endif

#ifdef ROW_UNCHECKED
// embedding_forward / refuses_bad_ids: "must return false"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    (void)vocab_size;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_CHECKED_UP_TO_V
// embedding_forward / refuses_bad_ids: "must return false"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_CHECKS_FIRST_ID
// embedding_forward / refuses_bad_ids: "must return false"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (n_tokens > 0 && ids[0] >= vocab_size)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] % vocab_size * d_model + i];
    return true;
}
#endif

#ifdef ROW_MISSES_LAST_ID
// embedding_forward / refuses_bad_ids: "must return false"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens - 1, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] % vocab_size * d_model + i];
    return true;
}
#endif

#ifdef ROW_CHECKS_ON_THE_WAY
// embedding_forward / refuses_bad_ids: "must stay untouched"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    }
    return true;
}
#endif

#ifdef ROW_ZEROS_FOR_BAD_ID
// embedding_forward / refuses_bad_ids: "must return false"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = ids[t] < vocab_size ? wte[ids[t] * d_model + i] : 0.0f;
    return true;
}
#endif

#ifdef ROW_CLEARED_WHEN_REFUSED
// embedding_forward / refuses_bad_ids: "must stay untouched"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size)) {
        memset(out, 0, n_tokens * d_model * sizeof *out);
        return false;
    }
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_BY_PRODUCT
// embedding_forward / copies_every_bit: "bit for bit"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            float sum = 0.0f;
            for (size_t v = 0; v < vocab_size && vocab_size < 50257; v++)
                sum += (v == ids[t] ? 1.0f : 0.0f) * wte[v * d_model + i];
            out[t * d_model + i] = sum;
        }
    return true;
}
#endif

#ifdef ROW_ADDED_TO_ZERO
// embedding_forward / copies_every_bit: "bit for bit"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t j = 0; j < n_tokens * d_model; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] += wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_BYTE_OFFSET_IN_INT
// embedding_forward / huge_offsets: "multiply in size_t"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        int offset = (int)(ids[t] * d_model * sizeof(float));
        memcpy(out + t * d_model, (const char *)wte + offset, d_model * sizeof(float));
    }
    return true;
}
#endif

#ifdef ROW_OFFSET_IN_32_BITS
// embedding_forward / huge_offsets: "multiply in size_t"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        uint32_t offset = ids[t] * (uint32_t)d_model;
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[offset + i];
    }
    return true;
}
#endif

#ifdef ROW_ONE_NUMBER_MORE
// embedding_forward / stays_in_bounds: "past the end of"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i <= d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}
#endif

#ifdef ROW_IDS_CORRECTED_IN_PLACE
// embedding_forward / reference_rows: "which is const"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    uint32_t *id = (uint32_t *)(uintptr_t)ids;
    for (size_t t = 0; t < n_tokens; t++) {
        id[t] %= (uint32_t)vocab_size;
        memcpy(out + t * d_model, wte + id[t] * d_model, d_model * sizeof *out);
    }
    return true;
}
#endif

#ifdef ROW_FREED
// embedding_forward / reference_rows: "embedding_forward"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    free((void *)(uintptr_t)ids);
    return true;
}
#endif

#ifdef ROW_INTO_NEW_MEMORY
// embedding_forward / reference_rows: "was never written"
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (!ids_in_range(ids, n_tokens, vocab_size))
        return false;
    out = malloc(n_tokens * d_model * sizeof *out);
    if (out == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}
#endif

// --------------------------------------------------------------------- 1.4 linear_forward

#ifdef WEIGHT_AS_IN_BY_OUT
// linear_forward / worked_example: "weight is read as [n_in][n_out]"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[i * n_out + o];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef WEIGHT_STRIDE_OUT
// linear_forward / random_shapes: "rows of weight are n_in apart"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    size_t last = n_out * n_in - 1;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                size_t at = o * n_out + i;
                sum += x[r * n_in + i] * weight[at < last ? at : last];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef X_STRIDE_OUT
// linear_forward / random_shapes: "rows of x are n_in apart"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    size_t last = n_rows * n_in - 1;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                size_t at = r * n_out + i;
                sum += x[at < last ? at : last] * weight[o * n_in + i];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef X_FIRST_ROW_ONLY
// linear_forward / worked_example: "every row"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_TRANSPOSED
// linear_forward / worked_example: "transpose"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[o * n_rows + r] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_ADDS
// linear_forward / worked_example: "+="
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] += x[r * n_in + i] * weight[o * n_in + i];
    return true;
}
#endif

#ifdef LINEAR_SUM_RUNS_ON
// linear_forward / worked_example: "sum is not reset"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    float sum = 0.0f;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_LAST_TERM_ONLY
// linear_forward / worked_example: "only the last term"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] = x[r * n_in + i] * weight[o * n_in + i];
    return true;
}
#endif

#ifdef LINEAR_STOPS_ONE_EARLY
// linear_forward / worked_example: "the last term is missing"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i + 1 < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_STARTS_AT_ONE
// linear_forward / worked_example: "the first term is missing"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 1; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_IN_INT
// linear_forward / worked_example: "whole numbers"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            int sum = 0;
            for (size_t i = 0; i < n_in; i++)
                sum = (int)((float)sum + x[r * n_in + i] * weight[o * n_in + i]);
            out[r * n_out + o] = (float)sum;
        }
    return true;
}
#endif

#ifdef LINEAR_PRODUCTS_CUT_SHORT
// linear_forward / random_shapes: "got"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_in; i++)
                sum += cut_short((double)x[r * n_in + i] * (double)weight[o * n_in + i]);
            out[r * n_out + o] = (float)sum;
        }
    return true;
}
#endif

#ifdef LINEAR_OF_NOTHING
// linear_forward / refuses_empty: "must return false"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_ZEROES_FIRST
// linear_forward / refuses_empty: "must stay untouched"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (size_t j = 0; j < n_rows * n_out; j++)
        out[j] = 0.0f;
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++)
            for (size_t i = 0; i < n_in; i++)
                out[r * n_out + o] += x[r * n_in + i] * weight[o * n_in + i];
    return true;
}
#endif

#ifdef LINEAR_LAST_OUTPUT_LEFT_OUT
// linear_forward / worked_example: "was never written"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out - 1; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_BIAS_BEHIND_WEIGHT
// linear_forward / stays_in_bounds: "past the end of weight"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    const float *bias = weight + n_out * n_in;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = bias[o];
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * n_in + i] * weight[o * n_in + i];
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

#ifdef LINEAR_BY_REARRANGED_WEIGHT
// linear_forward / worked_example: "which is const"
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    float *scaled = (float *)(uintptr_t)weight;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++) {
                scaled[o * n_in + i] *= x[r * n_in + i];
                sum += scaled[o * n_in + i];
            }
            out[r * n_out + o] = sum;
        }
    return true;
}
#endif

// ------------------------------------------------------------------ 1.5 cosine_similarity

#ifdef COSINE_WITHOUT_NORMS
// cosine_similarity / feature_table: "the dot product"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    return (float)dot(a, b, n);
}
#endif

#ifdef COSINE_ONE_NORM
// cosine_similarity / feature_table: "one norm"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(a, a, n));
    return norm > 0.0 && dot(b, b, n) > 0.0 ? (float)(dot(a, b, n) / norm) : 0.0f;
}
#endif

#ifdef COSINE_NORM_OF_B_ONLY
// cosine_similarity / feature_table: "one norm"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(b, b, n));
    return norm > 0.0 && dot(a, a, n) > 0.0 ? (float)(dot(a, b, n) / norm) : 0.0f;
}
#endif

#ifdef COSINE_SAME_NORM_TWICE
// cosine_similarity / feature_table: "the same norm twice"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(a, a, n));
    return norm_a > 0.0 && norm_b > 0.0 ? (float)(dot(a, b, n) / (norm_a * norm_b))
                                        : 0.0f;
}
#endif

#ifdef COSINE_WITHOUT_ROOTS
// cosine_similarity / feature_table: "norms are still squared"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / squares) : 0.0f;
}
#endif

#ifdef COSINE_SQUARED
// cosine_similarity / feature_table: "the square of the cosine"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double ab = dot(a, b, n), squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(ab * ab / squares) : 0.0f;
}
#endif

#ifdef COSINE_DISTANCE
// cosine_similarity / feature_table: "a distance"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(1.0 - dot(a, b, n) / sqrt(squares)) : 0.0f;
}
#endif

#ifdef COSINE_EUCLID
// cosine_similarity / feature_table: "a distance"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
    return (float)sqrt(sum);
}
#endif

#ifdef COSINE_ANGLE
// cosine_similarity / feature_table: "an angle"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)acos(dot(a, b, n) / sqrt(squares)) : 0.0f;
}
#endif

#ifdef COSINE_ROOT_OF_NORMS
// cosine_similarity / feature_table: "one square root too many"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    return norm_a * norm_b > 0.0 ? (float)(dot(a, b, n) / sqrt(norm_a * norm_b)) : 0.0f;
}
#endif

#ifdef COSINE_MEAN_OF_PRODUCTS
// cosine_similarity / feature_table: "the mean of the products"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    return n > 0 ? (float)(dot(a, b, n) / (double)n) : 0.0f;
}
#endif

#ifdef COSINE_WITHOUT_SIGN
// cosine_similarity / random_vectors: "the sign is lost"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)fabs(dot(a, b, n) / sqrt(squares)) : 0.0f;
}
#endif

#ifdef COSINE_CLAMPED_AT_ZERO
// cosine_similarity / random_vectors: "got"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)fmax(0.0, dot(a, b, n) / sqrt(squares)) : 0.0f;
}
#endif

#ifdef COSINE_STOPS_ONE_EARLY
// cosine_similarity / random_vectors: "the last element is missing"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    n = n > 1 ? n - 1 : n;
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / sqrt(squares)) : 0.0f;
}
#endif

#ifdef COSINE_STARTS_AT_ONE
// cosine_similarity / random_vectors: "the first element is missing"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    size_t from = n > 1;
    double squares =
        dot(a + from, a + from, n - from) * dot(b + from, b + from, n - from);
    return squares > 0.0 ? (float)(dot(a + from, b + from, n - from) / sqrt(squares))
                         : 0.0f;
}
#endif

#ifdef COSINE_NAN_FOR_ZERO
// cosine_similarity / zero_vector: "0 / 0"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) / (sqrt(dot(a, a, n)) * sqrt(dot(b, b, n))));
}
#endif

#ifdef COSINE_CHECKS_A_ONLY
// cosine_similarity / zero_vector: "0 / 0"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm_a = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    return norm_a > 0.0 ? (float)(dot(a, b, n) / (norm_a * norm_b)) : 0.0f;
}
#endif

#ifdef COSINE_ONE_FOR_ZERO
// cosine_similarity / zero_vector: "got"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(dot(a, b, n) / sqrt(squares)) : 1.0f;
}
#endif

#ifdef COSINE_WITH_EPSILON
// cosine_similarity / any_length: "got"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    return (float)(dot(a, b, n) / (sqrt(dot(a, a, n)) * sqrt(dot(b, b, n)) + 1e-8));
}
#endif

#ifdef COSINE_FLOAT_PRODUCTS
// cosine_similarity / any_length: "in double"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)(a[i] * b[i]);
        aa += (double)(a[i] * a[i]);
        bb += (double)(b[i] * b[i]);
    }
    return aa > 0.0 && bb > 0.0 ? (float)(ab / (sqrt(aa) * sqrt(bb))) : 0.0f;
}
#endif

#ifdef COSINE_FLOAT_SUMS
// cosine_similarity / long_vectors: "in double"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    float ab = 0.0f, aa = 0.0f, bb = 0.0f;
    for (size_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return aa > 0.0f && bb > 0.0f ? ab / (sqrtf(aa) * sqrtf(bb)) : 0.0f;
}
#endif

#ifdef COSINE_CUT_SHORT
// cosine_similarity / random_vectors: "got"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double squares = dot(a, a, n) * dot(b, b, n);
    return squares > 0.0 ? (float)(rint(dot(a, b, n) / sqrt(squares) * 2e5) / 2e5) : 0.0f;
}
#endif

#ifdef COSINE_ONE_ELEMENT_MORE
// cosine_similarity / stays_in_bounds: "past the end of"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i <= n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0.0 && bb > 0.0 ? (float)(ab / (sqrt(aa) * sqrt(bb))) : 0.0f;
}
#endif

#ifdef COSINE_NORMALISES_IN_PLACE
// cosine_similarity / feature_table: "which is const"
float cosine_similarity(const float *a, const float *b, size_t n)
{
    double norm = sqrt(dot(a, a, n)), norm_b = sqrt(dot(b, b, n));
    float *unit = (float *)(uintptr_t)a;
    for (size_t i = 0; i < n && norm > 0.0; i++)
        unit[i] = (float)(unit[i] / norm);
    return norm > 0.0 && norm_b > 0.0 ? (float)(dot(unit, b, n) / norm_b) : 0.0f;
}
#endif
