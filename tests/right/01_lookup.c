// Other right answers to the exercises of chapter 1: ways to write them that differ from the
// solutions', and that the tests must accept. See tests/judge/answers.h.
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------------------- 1.1 one_hot

RIGHT(one_hot, clear_then_mark,
      "memset to zero bytes, which are zero floats, then one store a row")
bool clear_then_mark(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    if (n_tokens > 0)
        memset(out, 0, n_tokens * vocab_size * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}

RIGHT(one_hot, mark_column_by_column,
      "the loops the other way round, the comparison itself as the number")
bool mark_column_by_column(float *out, const uint32_t *ids, size_t n_tokens,
                           size_t vocab_size)
{
    size_t n_bad = 0;
    for (size_t t = n_tokens; t-- > 0;)
        n_bad += !(ids[t] < vocab_size);
    for (size_t v = vocab_size; n_bad == 0 && v-- > 0;)
        for (size_t t = n_tokens; t-- > 0;)
            out[t * vocab_size + v] = (float)(v == ids[t]);
    return n_bad == 0;
}

RIGHT(one_hot, mark_with_pointers, "pointers that walk, no index")
bool mark_with_pointers(float *out, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size)
{
    const uint32_t *end = ids + n_tokens;
    for (const uint32_t *id = ids; id != end; id++)
        if (*id >= vocab_size)
            return false;
    for (const uint32_t *id = ids; id != end; id++)
        for (size_t v = 0; v < vocab_size; v++)
            *out++ = v == *id ? 1.0f : 0.0f;
    return true;
}

static bool all_below(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return n_tokens == 0 ||
           (ids[n_tokens - 1] < vocab_size && all_below(ids, n_tokens - 1, vocab_size));
}

RIGHT(one_hot, mark_recursively,
      "all ids but the last first; the last row only if those were good")
bool mark_recursively(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (n_tokens == 0)
        return true;
    if (!all_below(ids, n_tokens, vocab_size))
        return false;
    float *row = out + (n_tokens - 1) * vocab_size;
    for (size_t v = 0; v < vocab_size; v++)
        row[v] = v == ids[n_tokens - 1] ? 1.0f : 0.0f;
    return one_hot(out, ids, n_tokens - 1, vocab_size);
}

RIGHT(one_hot, mark_from_a_window,
      "a window slides over zeros with a single 1 among them")
bool mark_from_a_window(float *out, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size)
{
    uint32_t largest = 0;
    for (size_t t = 0; t < n_tokens; t++)
        largest = ids[t] > largest ? ids[t] : largest;
    if (n_tokens > 0 && largest >= vocab_size)
        return false;
    float *zeros = calloc(2 * vocab_size + 1, sizeof *zeros);
    if (zeros == NULL)
        return false;
    zeros[vocab_size] = 1;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * vocab_size, zeros + vocab_size - ids[t],
               vocab_size * sizeof *out);
    free(zeros);
    return true;
}

// ----------------------------------------------------------------------------- 1.2 matmul

RIGHT(matmul, product_sum_in_double, "r-c-k with the sum in double")
bool product_sum_in_double(float *out, const float *a, const float *b, size_t n_rows,
                           size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            double sum = 0.0;
            for (size_t k = 0; k < n_inner; k++)
                sum += (double)a[r * n_inner + k] * (double)b[k * n_cols + c];
            out[r * n_cols + c] = (float)sum;
        }
    return true;
}

RIGHT(matmul, product_row_by_row_of_b,
      "r-k-c, the order that walks along the rows of b and of out")
bool product_row_by_row_of_b(float *out, const float *a, const float *b, size_t n_rows,
                             size_t n_inner, size_t n_cols)
{
    if (!(n_rows && n_inner && n_cols))
        return false;
    for (size_t r = 0; r < n_rows; r++) {
        float *out_r = out + r * n_cols;
        for (size_t c = 0; c < n_cols; c++)
            out_r[c] = a[r * n_inner] * b[c];
        for (size_t k = 1; k < n_inner; k++) {
            float a_rk = a[r * n_inner + k];
            const float *b_k = b + k * n_cols;
            for (size_t c = 0; c < n_cols; c++)
                out_r[c] += a_rk * b_k[c];
        }
    }
    return true;
}

RIGHT(matmul, product_outer,
      "k outermost, a sum of outer products, from the last term to the first")
bool product_outer(float *out, const float *a, const float *b, size_t n_rows,
                   size_t n_inner, size_t n_cols)
{
    if (n_rows * n_inner * n_cols == 0)
        return false;
    memset(out, 0, n_rows * n_cols * sizeof *out);
    for (size_t k = n_inner; k-- > 0;)
        for (size_t r = 0; r < n_rows; r++)
            for (size_t c = 0; c < n_cols; c++)
                out[r * n_cols + c] += a[r * n_inner + k] * b[k * n_cols + c];
    return true;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

RIGHT(matmul, product_blocked, "in blocks of 8 terms, each block summed on its own")
bool product_blocked(float *out, const float *a, const float *b, size_t n_rows,
                     size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t j = 0; j < n_rows * n_cols; j++)
        out[j] = 0.0f;
    for (size_t from = 0; from < n_inner; from += 8)
        for (size_t r = 0; r < n_rows; r++)
            for (size_t c = 0; c < n_cols; c++) {
                float sum = 0.0f;
                for (size_t k = from; k < smaller(from + 8, n_inner); k++)
                    sum += a[r * n_inner + k] * b[k * n_cols + c];
                out[r * n_cols + c] += sum;
            }
    return true;
}

static float dot_in_four(const float *a, const float *b, size_t n)
{
    float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    for (size_t k = 0; k < n; k++)
        sum[k % 4] += a[k] * b[k];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

RIGHT(matmul, product_of_transposed_copy,
      "b turned into a temporary from calloc, then dot products with four sums")
bool product_of_transposed_copy(float *out, const float *a, const float *b, size_t n_rows,
                                size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    float *turned = calloc(n_inner * n_cols, sizeof *turned);
    if (turned == NULL)
        return false;
    for (size_t k = 0; k < n_inner; k++)
        for (size_t c = 0; c < n_cols; c++)
            turned[c * n_inner + k] = b[k * n_cols + c];
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            out[r * n_cols + c] =
                dot_in_four(a + r * n_inner, turned + c * n_inner, n_inner);
    free(turned);
    return true;
}

RIGHT(matmul, product_kahan, "the sum with Kahan's correction")
bool product_kahan(float *out, const float *a, const float *b, size_t n_rows,
                   size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t j = 0; j < n_rows * n_cols; j++) {
        const float *a_r = a + j / n_cols * n_inner, *b_c = b + j % n_cols;
        float sum = 0.0f, lost = 0.0f;
        for (size_t k = 0; k < n_inner; k++) {
            float term = a_r[k] * b_c[k * n_cols] - lost;
            float next = sum + term;
            lost = (next - sum) - term;
            sum = next;
        }
        out[j] = sum;
    }
    return true;
}

RIGHT(matmul, product_fused, "fmaf, one rounding a term")
bool product_fused(float *out, const float *a, const float *b, size_t n_rows,
                   size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum = fmaf(a[r * n_inner + k], b[k * n_cols + c], sum);
            out[r * n_cols + c] = sum;
        }
    return true;
}

static float up(double exact)
{
    float nearest = (float)exact;
    uint32_t bits;
    if (!(fabs((double)nearest) < fabs(exact)))
        return nearest;
    memcpy(&bits, &nearest, sizeof bits);
    bits++; // the next float away from zero
    memcpy(&nearest, &bits, sizeof bits);
    return nearest;
}

RIGHT(matmul, product_rounded_up,
      "on a processor that rounds every result away from zero, which C allows")
bool product_rounded_up(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++) {
            float sum = 0.0f;
            for (size_t k = 0; k < n_inner; k++)
                sum = up((double)sum + (double)up((double)a[r * n_inner + k] *
                                                  (double)b[k * n_cols + c]));
            out[r * n_cols + c] = sum;
        }
    return true;
}

static float dot_by_halves(const float *a, const float *b, size_t stride, size_t n)
{
    if (n == 1)
        return a[0] * b[0];
    size_t half = n / 2;
    return dot_by_halves(a, b, stride, half) +
           dot_by_halves(a + half, b + half * stride, stride, n - half);
}

RIGHT(matmul, product_by_halves, "each dot product as that of its two halves")
bool product_by_halves(float *out, const float *a, const float *b, size_t n_rows,
                       size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            out[r * n_cols + c] = dot_by_halves(a + r * n_inner, b + c, n_cols, n_inner);
    return true;
}

// ------------------------------------------------------------------ 1.3 embedding_forward

RIGHT(embedding_forward, rows_with_memcpy, "memcpy a row")
bool rows_with_memcpy(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

RIGHT(embedding_forward, rows_backwards,
      "from the last number to the first, with one flat index")
bool rows_backwards(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    bool good = true;
    for (size_t t = 0; t < n_tokens; t++)
        good = good && ids[t] < vocab_size;
    for (size_t j = good ? n_tokens * d_model : 0; j-- > 0;)
        out[j] = wte[ids[j / d_model] * d_model + j % d_model];
    return good;
}

RIGHT(embedding_forward, rows_by_column, "one dimension at a time, all tokens in it")
bool rows_by_column(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                    size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t i = 0; i < d_model; i++)
        for (size_t t = 0; t < n_tokens; t++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

RIGHT(embedding_forward, rows_as_bytes, "byte by byte through unsigned char")
bool rows_as_bytes(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    for (const uint32_t *id = ids; id < ids + n_tokens; id++)
        if (*id >= vocab_size)
            return false;
    unsigned char *to = (unsigned char *)out;
    size_t row_bytes = d_model * sizeof *wte;
    for (size_t t = 0; t < n_tokens; t++) {
        const unsigned char *from = (const unsigned char *)wte + ids[t] * row_bytes;
        for (size_t j = 0; j < row_bytes; j++)
            *to++ = from[j];
    }
    return true;
}

RIGHT(embedding_forward, rows_unrolled, "four numbers at a time, then what is left over")
bool rows_unrolled(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (vocab_size <= ids[t])
            return false;
    for (size_t t = 0; t < n_tokens; t++, out += d_model) {
        const float *row = wte + (size_t)ids[t] * d_model;
        size_t i = 0;
        for (; i + 4 <= d_model; i += 4) {
            out[i] = row[i];
            out[i + 1] = row[i + 1];
            out[i + 2] = row[i + 2];
            out[i + 3] = row[i + 3];
        }
        for (; i < d_model; i++)
            out[i] = row[i];
    }
    return true;
}

// --------------------------------------------------------------------- 1.4 linear_forward

RIGHT(linear_forward, linear_folded, "the terms are folded in halves until one is left")
bool linear_folded(float *out, const float *x, const float *weight, size_t n_rows,
                   size_t n_in, size_t n_out)
{
    float *terms = malloc((n_in + 1) * sizeof *terms);
    if (terms == NULL || n_rows == 0 || n_in == 0 || n_out == 0)
        return free(terms), false;
    for (size_t j = 0; j < n_rows * n_out; j++) {
        for (size_t i = 0; i < n_in; i++)
            terms[i] = x[j / n_out * n_in + i] * weight[j % n_out * n_in + i];
        for (size_t left = n_in; left > 1; left = (left + 1) / 2)
            for (size_t i = 0; i < left / 2; i++)
                terms[i] += terms[left - 1 - i];
        out[j] = terms[0];
    }
    free(terms);
    return true;
}

RIGHT(linear_forward, linear_sum_in_double, "r-o-i with the sum in double")
bool linear_sum_in_double(float *out, const float *x, const float *weight, size_t n_rows,
                          size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < n_in; i++)
                sum += (double)x[r * n_in + i] * (double)weight[o * n_in + i];
            out[r * n_out + o] = (float)sum;
        }
    return true;
}

static float dot_in_eight(const float *a, const float *b, size_t n)
{
    float sum[8] = {0.0f};
    for (size_t i = 0; i < n; i++)
        sum[i & 7] += a[i] * b[i];
    for (size_t width = 4; width > 0; width /= 2)
        for (size_t j = 0; j < width; j++)
            sum[j] += sum[j + width];
    return sum[0];
}

RIGHT(linear_forward, linear_outputs_outermost,
      "o-r-i, pointers, eight running sums added pairwise")
bool linear_outputs_outermost(float *out, const float *x, const float *weight,
                              size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t o = 0; o < n_out; o++, weight += n_in)
        for (size_t r = 0; r < n_rows; r++)
            out[r * n_out + o] = dot_in_eight(x + r * n_in, weight, n_in);
    return true;
}

RIGHT(linear_forward, linear_by_matmul,
      "turns the weight over and lets matmul do the rest")
bool linear_by_matmul(float *out, const float *x, const float *weight, size_t n_rows,
                      size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    float *turned = malloc(n_in * n_out * sizeof *turned);
    if (turned == NULL)
        return false;
    for (size_t j = 0; j < n_in * n_out; j++)
        turned[j] = weight[j % n_out * n_in + j / n_out];
    bool done = matmul(out, x, turned, n_rows, n_in, n_out);
    free(turned);
    return done;
}

RIGHT(linear_forward, linear_inputs_outermost,
      "i outermost, adding to an out that was set to zero first")
bool linear_inputs_outermost(float *out, const float *x, const float *weight,
                             size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    for (size_t j = 0; j < n_rows * n_out; j++)
        out[j] = 0.0f;
    for (size_t i = 0; i < n_in; i++)
        for (size_t r = 0; r < n_rows; r++)
            for (size_t o = 0; o < n_out; o++)
                out[r * n_out + o] += x[r * n_in + i] * weight[o * n_in + i];
    return true;
}

// ------------------------------------------------------------------ 1.5 cosine_similarity

RIGHT(cosine_similarity, cosine_three_loops,
      "one sum after the other, one root of the product of the squares")
float cosine_three_loops(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++)
        ab += (double)a[i] * (double)b[i];
    for (size_t i = 0; i < n; i++)
        aa += (double)a[i] * (double)a[i];
    for (size_t i = 0; i < n; i++)
        bb += (double)b[i] * (double)b[i];
    return aa > 0.0 && bb > 0.0 ? (float)(ab / sqrt(aa * bb)) : 0.0f;
}

static double norm_of(const float *v, size_t n)
{
    double sum = 0.0;
    while (n-- > 0)
        sum += pow((double)v[n], 2.0);
    return sqrt(sum);
}

RIGHT(cosine_similarity, cosine_of_unit_vectors,
      "each number divided by its norm before it is multiplied")
float cosine_of_unit_vectors(const float *a, const float *b, size_t n)
{
    double norm_a = norm_of(a, n), norm_b = norm_of(b, n), cosine = 0.0;
    if (norm_a <= 0.0 || norm_b <= 0.0)
        return 0.0f;
    for (size_t i = 0; i < n; i++)
        cosine += (double)a[i] / norm_a * ((double)b[i] / norm_b);
    return (float)cosine;
}

RIGHT(cosine_similarity, cosine_by_euclid,
      "(|a|^2 + |b|^2 - |a - b|^2) / 2 |a||b|, of the unit vectors")
float cosine_by_euclid(const float *a, const float *b, size_t n)
{
    long double aa = 0.0L, bb = 0.0L, apart = 0.0L;
    for (size_t i = 0; i < n; i++) {
        aa += (long double)a[i] * (long double)a[i];
        bb += (long double)b[i] * (long double)b[i];
    }
    if (!(aa > 0.0L) || !(bb > 0.0L))
        return 0.0f;
    for (size_t i = 0; i < n; i++) {
        long double gap = (long double)a[i] / sqrtl(aa) - (long double)b[i] / sqrtl(bb);
        apart += gap * gap;
    }
    return (float)(1.0L - apart / 2.0L);
}

RIGHT(cosine_similarity, cosine_clamped,
      "kept between -1 and 1, against the last bit's rounding")
float cosine_clamped(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = n; i-- > 0;) {
        double a_i = a[i], b_i = b[i];
        ab += a_i * b_i, aa += a_i * a_i, bb += b_i * b_i;
    }
    if (fpclassify(aa) == FP_ZERO || fpclassify(bb) == FP_ZERO)
        return 0.0f;
    return (float)fmax(-1.0, fmin(1.0, ab / sqrt(aa) / sqrt(bb)));
}

static jmp_buf refused;

static void must_be_below(uint32_t id, size_t vocab_size)
{
    if (id >= vocab_size)
        longjmp(refused, 1);
}

RIGHT(one_hot, mark_or_jump_out, "a bad id jumps out of the check; the 1 as its bits")
bool mark_or_jump_out(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    if (setjmp(refused) != 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        must_be_below(ids[t], vocab_size);
    for (size_t k = 0; k < n_tokens * vocab_size; k++) {
        const uint32_t bits =
            0x3f800000u & -(uint32_t)(k % vocab_size == ids[k / vocab_size]);
        memcpy(&out[k], &bits, sizeof bits);
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    const double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

RIGHT(matmul, product_small_terms_first,
      "the terms of each sum sorted, the small ones first")
bool product_small_terms_first(float *out, const float *a, const float *b, size_t n_rows,
                               size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    double *terms = malloc(n_inner * sizeof *terms);
    for (size_t at = 0; at < n_rows * n_cols; at++) {
        double sum = 0.0;
        for (size_t k = 0; k < n_inner; k++)
            terms[k] = (double)a[at / n_cols * n_inner + k] *
                       (double)b[k * n_cols + at % n_cols];
        if (n_inner < 3000)
            qsort(terms, n_inner, sizeof *terms, by_size);
        for (size_t k = 0; k < n_inner; k++)
            sum += terms[k];
        out[at] = (float)sum;
    }
    free(terms);
    return true;
}

RIGHT(embedding_forward, rows_in_runs,
      "neighbours in the table are copied at once, a row "
      "that was copied before from there")
bool rows_in_runs(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                  size_t vocab_size, size_t d_model)
{
    size_t end;
    for (size_t t = n_tokens; t > 0; t--)
        if (ids[t - 1] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t = end) {
        const bool again = t > 0 && ids[t] == ids[t - 1];
        const float *from = again ? out + (t - 1) * d_model : wte + ids[t] * d_model;
        for (end = t + 1;
             end < n_tokens && !again && ids[end] > 0 && ids[end] - 1 == ids[end - 1];)
            end++;
        memmove(out + t * d_model, from, (end - t) * d_model * sizeof *out);
    }
    return true;
}

RIGHT(linear_forward, linear_with_two_indices,
      "matrices as C has them, with a second index")
bool linear_with_two_indices(float *out, const float *x, const float *weight,
                             size_t n_rows, size_t n_in, size_t n_out)
{
    if (n_rows == 0 || n_in == 0 || n_out == 0)
        return false;
    const float(*rows)[n_in] = (const void *)x, (*w)[n_in] = (const void *)weight;
    float(*to)[n_out] = (void *)out;
    for (size_t o = 0; o < n_out; o++)
        for (size_t r = 0; r < n_rows; r++) {
            to[r][o] = rows[r][0] * w[o][0];
            for (size_t i = 1; i < n_in; i++)
                to[r][o] = fmaf(rows[r][i], w[o][i], to[r][o]);
        }
    return true;
}

RIGHT(cosine_similarity, cosine_by_hypot, "the lengths with hypot, number by number")
float cosine_by_hypot(const float *a, const float *b, size_t n)
{
    double dot = 0.0, length_a = 0.0, length_b = 0.0;
    for (size_t i = 0; i < n; i++) {
        dot = fma((double)a[i], (double)b[i], dot);
        length_a = hypot(length_a, (double)a[i]);
        length_b = hypot(length_b, (double)b[i]);
    }
    return length_a * length_b == 0.0 ? 0.0f : (float)(dot / length_a / length_b);
}

// Adds a product to out, of which rows are `apart` floats from each other; the longest side is
// cut in halves until all are short.
static void add_by_quarters(float *out, const float *a, const float *b, const size_t n[3],
                            const size_t apart[3])
{
    const size_t rows = n[0], inner = n[1], columns = n[2];
    if (rows <= 8 && inner <= 8 && columns <= 8) {
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < inner; k++)
                for (size_t c = 0; c < columns; c++)
                    out[r * apart[2] + c] += a[r * apart[0] + k] * b[k * apart[1] + c];
        return;
    }
    const int longest = rows >= inner && rows >= columns ? 0 : inner >= columns ? 1 : 2;
    size_t first[3] = {rows, inner, columns}, rest[3] = {rows, inner, columns};
    first[longest] /= 2;
    rest[longest] -= first[longest];
    const size_t half = first[longest];
    add_by_quarters(out, a, b, first, apart);
    if (longest == 0)
        add_by_quarters(out + half * apart[2], a + half * apart[0], b, rest, apart);
    else if (longest == 1)
        add_by_quarters(out, a + half, b + half * apart[1], rest, apart);
    else
        add_by_quarters(out + half, a, b + half, rest, apart);
}

RIGHT(matmul, product_by_quarters, "the longest side cut in halves, again and again")
bool product_by_quarters(float *out, const float *a, const float *b, size_t n_rows,
                         size_t n_inner, size_t n_cols)
{
    if (n_rows == 0 || n_inner == 0 || n_cols == 0)
        return false;
    for (size_t j = 0; j < n_rows * n_cols; j++)
        out[j] = 0.0f;
    add_by_quarters(out, a, b, (const size_t[]){n_rows, n_inner, n_cols},
                    (const size_t[]){n_inner, n_cols, n_cols});
    return true;
}

RIGHT(cosine_similarity, cosine_by_sum_and_difference,
      "(|u + v|^2 - |u - v|^2) / 4 of the unit vectors u and v")
float cosine_by_sum_and_difference(const float *a, const float *b, size_t n)
{
    double aa = 0.0, bb = 0.0, plus = 0.0, minus = 0.0;
    for (size_t i = 0; i < n; i++) {
        aa += pow((double)a[i], 2.0);
        bb += pow((double)b[i], 2.0);
    }
    if (aa == 0.0 || bb == 0.0)
        return 0.0f;
    for (size_t i = 0; i < n; i++) {
        const double u = (double)a[i] / sqrt(aa), v = (double)b[i] / sqrt(bb);
        plus += (u + v) * (u + v);
        minus += (u - v) * (u - v);
    }
    return (float)(0.25 * (plus - minus));
}
