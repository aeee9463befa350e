#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] = v == ids[t] ? 1.0f : 0.0f;
    return true;
}

/*
What to notice: the check has a loop of its own. One loop that checks and writes
would be shorter, but when it meets a bad id, the rows before it are written
already. Reading the ids twice costs next to nothing.
*/

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
            out[r * n_cols + c] = sum;
        }
    return true;
}

/*
What to notice: each matrix is indexed with its own number of columns, `n_inner` for
`a` and `n_cols` for `b` and `out`. With square matrices you can mix these up and get
away with it, which is why the tests of the indices use none. The sum is a local variable, so
that `out` is written once and never read. This is the order of loops that follows the
formula; the last part of the chapter shows what it costs, and what exchanging two of them
saves.
*/

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

/*
What to notice: `ids[t]` picks the row that is read, `t` the row that is written, and
`vocab_size` takes no part in either: it only guards. The offset `ids[t] * d_model` is
computed in `size_t`, because one factor is one. And there is no arithmetic on a
single float: whatever bits are in the table arrive unchanged.
*/

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
            out[r * n_out + o] = sum;
        }
    return true;
}

/*
What to notice: next to `matmul` only one index has changed, `weight[o * n_in + i]` for
`b[k * n_cols + c]`. But now the inner loop walks along a row of both factors, so that
each step goes to the float next door; the last part of the chapter shows what that saves.
For a layer that computes with all of its inputs, storing out by in is a good choice. For
a layer of which one input is on at a time, it is the worst one.
*/

float cosine_similarity(const float *a, const float *b, size_t n)
{
    double dot = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        dot += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    if (aa == 0.0 || bb == 0.0)
        return 0.0f;
    return (float)(dot / (sqrt(aa) * sqrt(bb)));
}

/*
What to notice: one walk makes all three sums. The cast stands before the product, for
`a[i] * b[i]` would be computed in `float` and only its result converted. And the
zero vector is asked for by its sum of squares, which is 0 if and only if all entries
are: in `double`, the square of no `float` but zero is zero.
*/
