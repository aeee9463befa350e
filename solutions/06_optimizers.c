#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sgd_momentum(float *w, float *velocity, const float *dw, double learning_rate,
                  double momentum, size_t n)
{
    if (!(momentum >= 0.0 && momentum < 1.0))
        return false;
    const float rate = (float)learning_rate, kept = (float)momentum;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = kept * velocity[k] + dw[k];
        w[k] -= rate * velocity[k];
    }
    return true;
}

/*
What to notice: the condition is written so that NaN fails it. `momentum < 0 || momentum >= 1`
looks like the same question, and lets NaN through, since both comparisons are false. And `w`
moves by the velocity that was just made: with the old one, a row would move one step late.
*/

// true if the rows ascend strictly and the last is below vocab_size
static bool good_list(const uint32_t *rows, size_t n_rows, size_t vocab_size)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return true;
}

bool adagrad_rows(float *wte, float *squares, const uint32_t *rows, const float *drows,
                  double learning_rate, double epsilon, size_t n_rows, size_t vocab_size,
                  size_t d_model)
{
    if (!good_list(rows, n_rows, vocab_size) || !(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++) {
        float *w = wte + rows[k] * d_model, *square = squares + rows[k] * d_model;
        const float *g = drows + k * d_model;
        for (size_t i = 0; i < d_model; i++) {
            square[i] += g[i] * g[i];
            const double root = sqrt((double)square[i]);
            w[i] -= (float)(learning_rate * (double)g[i] / (root + epsilon));
        }
    }
    return true;
}

/*
What to notice: the sum of squares is a second table, of the same shape as the first, and is
found by the same row. As the square is added before the root is taken, no gradient can make a
step longer than the learning rate. And `epsilon` stays a `double`: as a `float`, one of
$10^{-50}$ would be 0, and $0 / 0$ would be back.
*/

static bool good_numbers(uint64_t step, double beta1, double beta2, double epsilon)
{
    return step > 0 && beta1 >= 0.0 && beta1 < 1.0 && beta2 >= 0.0 && beta2 < 1.0 &&
           epsilon > 0.0;
}

// epsilon as a float, which must not be 0 either
static float above_zero(double epsilon)
{
    return epsilon > (double)FLT_TRUE_MIN ? (float)epsilon : FLT_TRUE_MIN;
}

bool adam(float *w, float *mean, float *square, const float *dw, uint64_t step,
          double learning_rate, double beta1, double beta2, double epsilon, size_t n)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    const float keep1 = (float)beta1, add1 = (float)(1.0 - beta1);
    const float keep2 = (float)beta2, add2 = (float)(1.0 - beta2);
    const float rate = (float)(learning_rate / (1.0 - pow(beta1, (double)step)));
    const float stretch = (float)(1.0 / sqrt(1.0 - pow(beta2, (double)step)));
    const float small = above_zero(epsilon);
    for (size_t k = 0; k < n; k++) {
        mean[k] = keep1 * mean[k] + add1 * dw[k];
        square[k] = keep2 * square[k] + add2 * dw[k] * dw[k];
        w[k] -= rate * mean[k] / (sqrtf(square[k]) * stretch + small);
    }
    return true;
}

/*
What to notice: everything that is the same for all numbers is computed once, in `double`, and
only then becomes a `float` (`epsilon` with care: one of $10^{-50}$ would become 0). The loop
has no branch and no call but the root, so the compiler can do eight or sixteen numbers at a
time. A number that has never had a gradient has mean 0 and square 0, and gets
$0 / (0 + \varepsilon) = 0$: it stays.
*/

bool adamw(float *w, float *mean, float *square, const float *dw, uint64_t step,
           double learning_rate, double beta1, double beta2, double epsilon,
           double weight_decay, size_t n)
{
    if (!good_numbers(step, beta1, beta2, epsilon) || !(weight_decay >= 0.0))
        return false;
    const float left = (float)(1.0 - learning_rate * weight_decay);
    for (size_t k = 0; k < n; k++)
        w[k] *= left;
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

/*
What to notice: the decay never meets mean or square. That is all that *decoupled* means. The
numbers are checked before anything shrinks, though `adam` checks them again: it would refuse
too late.
*/

bool sparse_adam(float *wte, float *mean, float *square, const uint32_t *rows,
                 const float *drows, uint64_t step, double learning_rate, double beta1,
                 double beta2, double epsilon, size_t n_rows, size_t vocab_size,
                 size_t d_model)
{
    if (!good_list(rows, n_rows, vocab_size) ||
        !good_numbers(step, beta1, beta2, epsilon))
        return false;
    const float keep1 = (float)beta1, add1 = (float)(1.0 - beta1);
    const float keep2 = (float)beta2, add2 = (float)(1.0 - beta2);
    const float rate = (float)(learning_rate * sqrt(1.0 - pow(beta2, (double)step)) /
                               (1.0 - pow(beta1, (double)step)));
    const float small = above_zero(epsilon);
    for (size_t k = 0; k < n_rows; k++) {
        const size_t at = rows[k] * d_model;
        const float *g = drows + k * d_model;
        for (size_t i = 0; i < d_model; i++) {
            mean[at + i] = keep1 * mean[at + i] + add1 * g[i];
            square[at + i] = keep2 * square[at + i] + add2 * g[i] * g[i];
            wte[at + i] -= rate * mean[at + i] / (sqrtf(square[at + i]) + small);
        }
    }
    return true;
}

/*
What to notice: `k` reads the list, `rows[k]` finds the row in three tables. Nothing in the
loops depends on `vocab_size`; the work is that of the batch. Both corrections have moved into
the one number `rate`, which is what adding `epsilon` before them is good for: a root and a
division fewer, in the days when that was worth a footnote.
*/

double adam_drift(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (seen == 0 || from < seen || !(beta1 >= 0.0 && beta1 < 1.0) ||
        !(beta2 > 0.0 && beta2 < 1.0))
        return NAN;
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    const double ratio = beta1 / sqrt(beta2);
    double sum = 0.0,
           length = (1.0 - beta1) / sqrt(1.0 - beta2) * pow(ratio, (double)(from - seen));
    for (uint64_t n = from;; n++, length *= ratio) {
        const double used1 = pow(beta1, (double)n), used2 = pow(beta2, (double)n);
        if (length <= 1e-18 * sum || (used1 < 1e-16 && used2 < 1e-16))
            return sum + length / (1.0 - ratio);
        sum += length * sqrt(1.0 - used2) / (1.0 - used1);
    }
}

/*
What to notice: the step without its corrections is a geometric series, so one multiplication
leads from each to the next. The corrections are computed anew each time, from the number of
the step. As soon as both are 1, in double precision, the rest has a closed form, and the loop
ends: with the usual betas after 37,000 steps at most, at step ten billion after none.
*/
