// Other right answers to the exercises of chapter 6. None of them may be refused.
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------------- 6.1 sgd_momentum

RIGHT(sgd_momentum, momentum_in_double, "all in double")
bool momentum_in_double(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    if (isnan(momentum) || momentum < 0.0 || momentum >= 1.0)
        return false;
    for (size_t k = 0; k < n; k++) {
        double u = momentum * (double)velocity[k] + (double)dw[k];
        velocity[k] = (float)u;
        w[k] = (float)((double)w[k] - learning_rate * u);
    }
    return true;
}

RIGHT(sgd_momentum, momentum_in_two_loops, "first all velocities, then all weights")
bool momentum_in_two_loops(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    const bool good = 0 <= momentum && momentum < 1;
    for (size_t k = 0; good && k < n; k++)
        velocity[k] = dw[k] + velocity[k] * (float)momentum;
    for (size_t k = 0; good && k < n; k++)
        w[k] = w[k] - velocity[k] * (float)learning_rate;
    return good;
}

RIGHT(sgd_momentum, momentum_backwards, "from the last number to the first, by pointers")
bool momentum_backwards(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    if (n == 0)
        return true; // whatever the momentum is
    if (!(momentum >= 0 && momentum < 1))
        return false;
    const float *g = dw + n;
    for (float *u = velocity + n, *x = w + n; u > velocity;) {
        *--u *= (float)momentum;
        *u += *--g;
        *--x -= (float)learning_rate * *u;
    }
    return true;
}

static void momentum_half(float *w, float *velocity, const float *dw, float rate,
                          float kept, size_t n)
{
    if (n > 1) {
        momentum_half(w, velocity, dw, rate, kept, n / 2);
        momentum_half(w + n / 2, velocity + n / 2, dw + n / 2, rate, kept, n - n / 2);
    } else if (n == 1) {
        *velocity = kept * *velocity + *dw;
        *w -= rate * *velocity;
    }
}

RIGHT(sgd_momentum, momentum_by_halves, "recursion")
bool momentum_by_halves(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    if (!(momentum >= 0 && momentum < 1))
        return false;
    momentum_half(w, velocity, dw, (float)learning_rate, (float)momentum, n);
    return true;
}

RIGHT(sgd_momentum, momentum_by_fma, "one rounding for a product and its sum")
bool momentum_by_fma(float *w, float *velocity, const float *dw, double learning_rate,
                     double momentum, size_t n)
{
    if (!(momentum >= 0 && momentum < 1))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = fmaf((float)momentum, velocity[k], dw[k]);
        w[k] = fmaf(-(float)learning_rate, velocity[k], w[k]);
    }
    return true;
}

// ---------------------------------------------------------------------- 6.2 adagrad_rows

static bool right_list(const uint32_t *rows, size_t n_rows, size_t vocab_size)
{
    for (size_t k = 1; k < n_rows; k++)
        if (!(rows[k - 1] < rows[k]))
            return false;
    return n_rows == 0 || rows[n_rows - 1] < vocab_size;
}

RIGHT(adagrad_rows, adagrad_in_double, "all in double, the stored square rounded")
bool adagrad_in_double(float *wte, float *squares, const uint32_t *rows,
                       const float *drows, double learning_rate, double epsilon,
                       size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!right_list(rows, n_rows, vocab_size) || isnan(epsilon) || epsilon <= 0)
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t at = (size_t)rows[k] * d_model + i;
            const double g = (double)drows[k * d_model + i];
            const double q = (double)squares[at] + g * g;
            squares[at] = (float)q;
            wte[at] = (float)((double)wte[at] - learning_rate / (sqrt(q) + epsilon) * g);
        }
    return true;
}

RIGHT(adagrad_rows, adagrad_by_columns, "column by column")
bool adagrad_by_columns(float *wte, float *squares, const uint32_t *rows,
                        const float *drows, double learning_rate, double epsilon,
                        size_t n_rows, size_t vocab_size, size_t d_model)
{
    const bool moves = n_rows > 0 && d_model > 0; // if not, any epsilon is good
    if ((moves && !(epsilon > 0)) || !right_list(rows, n_rows, vocab_size))
        return false;
    for (size_t i = 0; i < d_model; i++)
        for (size_t k = n_rows; k-- > 0;) {
            float *q = &squares[rows[k] * d_model + i];
            const float g = drows[k * d_model + i];
            *q = g * g + *q;
            wte[rows[k] * d_model + i] -=
                (float)((double)g * learning_rate / (epsilon + (double)sqrtf(*q)));
        }
    return true;
}

RIGHT(adagrad_rows, adagrad_zeros_skipped, "a gradient of 0 changes nothing")
bool adagrad_zeros_skipped(float *wte, float *squares, const uint32_t *rows,
                           const float *drows, double learning_rate, double epsilon,
                           size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!(epsilon > 0) || !right_list(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows * d_model; k++) {
        const size_t at = rows[k / d_model] * d_model + k % d_model;
        if (drows[k] == 0.0f)
            continue;
        squares[at] += drows[k] * drows[k];
        wte[at] -= (float)(learning_rate * (double)drows[k] /
                           (sqrt((double)squares[at]) + epsilon));
    }
    return true;
}

RIGHT(adagrad_rows, adagrad_in_a_copy, "a row is copied, changed, and copied back")
bool adagrad_in_a_copy(float *wte, float *squares, const uint32_t *rows,
                       const float *drows, double learning_rate, double epsilon,
                       size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!(epsilon > 0) || !right_list(rows, n_rows, vocab_size))
        return false;
    float *row = malloc((2 * d_model + 1) * sizeof *row), *q = row + d_model;
    const size_t bytes = d_model * sizeof *row;
    for (size_t k = 0; k < n_rows; k++) {
        memcpy(row, wte + rows[k] * d_model, bytes);
        memcpy(q, squares + rows[k] * d_model, bytes);
        for (size_t i = 0; i < d_model; i++) {
            const float g = drows[k * d_model + i];
            q[i] += g * g;
            row[i] -=
                (float)(learning_rate * ((double)g / (sqrt((double)q[i]) + epsilon)));
        }
        memcpy(wte + rows[k] * d_model, row, bytes);
        memcpy(squares + rows[k] * d_model, q, bytes);
    }
    free(row);
    return true;
}

// ------------------------------------------------------------------------------- 6.3 adam

static bool right_numbers(uint64_t step, double beta1, double beta2, double epsilon)
{
    if (step == 0 || isnan(beta1) || isnan(beta2) || isnan(epsilon))
        return false;
    return !(beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1 || epsilon <= 0);
}

RIGHT(adam, adam_in_double, "all in double, as the formula stands")
bool adam_in_double(float *w, float *mean, float *square, const float *dw, uint64_t step,
                    double learning_rate, double beta1, double beta2, double epsilon,
                    size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon))
        return false;
    const double c1 = 1 - pow(beta1, (double)step), c2 = 1 - pow(beta2, (double)step);
    for (size_t k = 0; k < n; k++) {
        const double g = (double)dw[k];
        const double m = beta1 * (double)mean[k] + (1 - beta1) * g;
        const double q = beta2 * (double)square[k] + (1 - beta2) * g * g;
        mean[k] = (float)m;
        square[k] = (float)q;
        w[k] =
            (float)((double)w[k] - learning_rate * (m / c1) / (sqrt(q / c2) + epsilon));
    }
    return true;
}

RIGHT(adam, adam_by_differences, "old + (1 - beta) (new - old), as PyTorch's SparseAdam")
bool adam_by_differences(float *w, float *mean, float *square, const float *dw,
                         uint64_t step, double learning_rate, double beta1, double beta2,
                         double epsilon, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon))
        return false;
    const float a1 = (float)(1 - beta1), a2 = (float)(1 - beta2);
    const float c1 = (float)(1 - pow(beta1, (double)step)),
                c2 = (float)(1 - pow(beta2, (double)step));
    for (size_t k = 0; k < n; k++) {
        mean[k] += a1 * (dw[k] - mean[k]);
        square[k] += a2 * (dw[k] * dw[k] - square[k]);
        w[k] -= (float)(learning_rate * (double)(mean[k] / c1) /
                        ((double)sqrtf(square[k] / c2) + epsilon));
    }
    return true;
}

RIGHT(adam, adam_one_factor,
      "both corrections in one factor, and epsilon stretched to match")
bool adam_one_factor(float *w, float *mean, float *square, const float *dw, uint64_t step,
                     double learning_rate, double beta1, double beta2, double epsilon,
                     size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon))
        return false;
    const double root = sqrt(-expm1((double)step * log(beta2)));
    const float rate = (float)(learning_rate * root / -expm1((double)step * log(beta1)));
    const double small = epsilon * root;
    for (size_t k = 0; k < n; k++) {
        mean[k] = (float)beta1 * mean[k] + (float)(1 - beta1) * dw[k];
        square[k] = (float)beta2 * square[k] + dw[k] * ((float)(1 - beta2) * dw[k]);
        w[k] -= (float)((double)(rate * mean[k]) / ((double)sqrtf(square[k]) + small));
    }
    return true;
}

RIGHT(adam, adam_in_three_loops, "mean, then square, then the weights")
bool adam_in_three_loops(float *w, float *mean, float *square, const float *dw,
                         uint64_t step, double learning_rate, double beta1, double beta2,
                         double epsilon, size_t n)
{
    const bool good =
        step && 0 <= beta1 && beta1 < 1 && 0 <= beta2 && beta2 < 1 && 0 < epsilon;
    if (!good)
        return good;
    for (size_t k = 0; k < n; k++)
        mean[k] = (float)(beta1 * (double)mean[k] + (1 - beta1) * (double)dw[k]);
    for (size_t k = 0; k < n; k++)
        square[k] = (float)(beta2 * (double)square[k] +
                            (1 - beta2) * (double)dw[k] * (double)dw[k]);
    const double c1 = 1 - pow(beta1, (double)step), c2 = 1 - pow(beta2, (double)step);
    for (size_t k = 0; k < n; k++)
        w[k] -= (float)(learning_rate / c1 * (double)mean[k] /
                        (sqrt((double)square[k]) / sqrt(c2) + epsilon));
    return good;
}

// beta^n by squaring: some sixty multiplications at most
static double power_of(double beta, uint64_t n)
{
    double power = 1;
    for (; n > 0; n >>= 1, beta *= beta)
        power *= n & 1 ? beta : 1;
    return power;
}

RIGHT(adam, adam_by_squaring, "the powers by squaring")
bool adam_by_squaring(float *w, float *mean, float *square, const float *dw,
                      uint64_t step, double learning_rate, double beta1, double beta2,
                      double epsilon, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon))
        return false;
    const double c1 = 1 - power_of(beta1, step), c2 = 1 - power_of(beta2, step);
    for (size_t k = n; k-- > 0;) {
        mean[k] = (float)(beta1 * (double)mean[k] + (1 - beta1) * (double)dw[k]);
        square[k] =
            (float)(beta2 * (double)square[k] + (1 - beta2) * pow((double)dw[k], 2));
        const double hat = (double)mean[k] / c1, below = sqrt((double)square[k] / c2);
        w[k] += (float)(-learning_rate * hat / (below + epsilon));
    }
    return true;
}

RIGHT(adam, adam_numbers_at_rest_skipped, "what never had a gradient is skipped")
bool adam_numbers_at_rest_skipped(float *w, float *mean, float *square, const float *dw,
                                  uint64_t step, double learning_rate, double beta1,
                                  double beta2, double epsilon, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n; k++)
        if (dw[k] != 0 || mean[k] != 0 || square[k] != 0)
            adam(w + k, mean + k, square + k, dw + k, step, learning_rate, beta1, beta2,
                 epsilon, 1);
    return true;
}

// ------------------------------------------------------------------------------ 6.4 adamw

RIGHT(adamw, adamw_asks_adam, "adam with no numbers says whether it would refuse")
bool adamw_asks_adam(float *w, float *mean, float *square, const float *dw, uint64_t step,
                     double learning_rate, double beta1, double beta2, double epsilon,
                     double weight_decay, size_t n)
{
    if (!(weight_decay >= 0) ||
        !adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, 0))
        return false;
    for (size_t k = 0; k < n; k++)
        w[k] -= (float)(learning_rate * weight_decay * (double)w[k]);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

RIGHT(adamw, adamw_in_one_loop, "decay and Adam in one line, in double")
bool adamw_in_one_loop(float *w, float *mean, float *square, const float *dw,
                       uint64_t step, double learning_rate, double beta1, double beta2,
                       double epsilon, double weight_decay, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon) || isnan(weight_decay) ||
        weight_decay < 0)
        return false;
    const double c1 = 1 - pow(beta1, (double)step), c2 = 1 - pow(beta2, (double)step);
    for (size_t k = 0; k < n; k++) {
        const double g = (double)dw[k];
        const double m = beta1 * (double)mean[k] + (1 - beta1) * g;
        const double q = beta2 * (double)square[k] + (1 - beta2) * g * g;
        mean[k] = (float)m;
        square[k] = (float)q;
        w[k] =
            (float)((double)w[k] - learning_rate * (weight_decay * (double)w[k] +
                                                    m / c1 / (sqrt(q / c2) + epsilon)));
    }
    return true;
}

RIGHT(adamw, adamw_float_factor, "the share that is left, in float")
bool adamw_float_factor(float *w, float *mean, float *square, const float *dw,
                        uint64_t step, double learning_rate, double beta1, double beta2,
                        double epsilon, double weight_decay, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon) || !(weight_decay >= 0))
        return false;
    const float lost = (float)(learning_rate * weight_decay);
    for (size_t k = 0; k < n; k++)
        w[k] = w[k] - lost * w[k];
    return adam_by_differences(w, mean, square, dw, step, learning_rate, beta1, beta2,
                               epsilon, n);
}

RIGHT(adamw, adamw_decay_beside, "the decay is computed first and taken away last")
bool adamw_decay_beside(float *w, float *mean, float *square, const float *dw,
                        uint64_t step, double learning_rate, double beta1, double beta2,
                        double epsilon, double weight_decay, size_t n)
{
    if (!right_numbers(step, beta1, beta2, epsilon) || !(weight_decay >= 0))
        return false;
    float *lost = malloc((n + 1) * sizeof *lost);
    assert(lost);
    for (size_t k = 0; k < n; k++)
        lost[k] = (float)(learning_rate * weight_decay) * w[k];
    adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
    for (size_t k = 0; k < n; k++)
        w[k] -= lost[k];
    free(lost);
    return true;
}

// ------------------------------------------------------------------------ 6.5 sparse_adam

RIGHT(sparse_adam, sparse_in_double, "all in double")
bool sparse_in_double(float *wte, float *mean, float *square, const uint32_t *rows,
                      const float *drows, uint64_t step, double learning_rate,
                      double beta1, double beta2, double epsilon, size_t n_rows,
                      size_t vocab_size, size_t d_model)
{
    if (!right_numbers(step, beta1, beta2, epsilon) ||
        !right_list(rows, n_rows, vocab_size))
        return false;
    const double c1 = 1 - pow(beta1, (double)step), c2 = 1 - pow(beta2, (double)step);
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t at = (size_t)rows[k] * d_model + i;
            const double g = (double)drows[k * d_model + i];
            const double m = beta1 * (double)mean[at] + (1 - beta1) * g;
            const double q = beta2 * (double)square[at] + (1 - beta2) * g * g;
            mean[at] = (float)m;
            square[at] = (float)q;
            wte[at] = (float)((double)wte[at] -
                              learning_rate * sqrt(c2) / c1 * m / (sqrt(q) + epsilon));
        }
    return true;
}

RIGHT(sparse_adam, sparse_by_adam, "adam for each row, with an epsilon that is stretched")
bool sparse_by_adam(float *wte, float *mean, float *square, const uint32_t *rows,
                    const float *drows, uint64_t step, double learning_rate, double beta1,
                    double beta2, double epsilon, size_t n_rows, size_t vocab_size,
                    size_t d_model)
{
    if (!right_list(rows, n_rows, vocab_size))
        return false;
    const double stretched = epsilon / sqrt(1 - pow(beta2, (double)step));
    if (!adam(wte, mean, square, drows, step, learning_rate, beta1, beta2, epsilon, 0))
        return false;
    for (size_t k = 0; k < n_rows; k++) {
        const size_t at = rows[k] * d_model;
        adam(wte + at, mean + at, square + at, drows + k * d_model, step, learning_rate,
             beta1, beta2, stretched, d_model);
    }
    return true;
}

RIGHT(sparse_adam, sparse_by_differences,
      "old + (1 - beta) (new - old), as PyTorch has it")
bool sparse_by_differences(float *wte, float *mean, float *square, const uint32_t *rows,
                           const float *drows, uint64_t step, double learning_rate,
                           double beta1, double beta2, double epsilon, size_t n_rows,
                           size_t vocab_size, size_t d_model)
{
    if (!right_numbers(step, beta1, beta2, epsilon) ||
        !right_list(rows, n_rows, vocab_size))
        return false;
    const double c1 = 1 - pow(beta1, (double)step), c2 = 1 - pow(beta2, (double)step);
    const float rate = (float)(learning_rate * sqrt(c2) / c1);
    for (size_t k = n_rows; k-- > 0;)
        for (size_t i = 0; i < d_model; i++) {
            float *m = &mean[rows[k] * d_model + i], *q = &square[rows[k] * d_model + i];
            const float g = drows[k * d_model + i];
            *m += (float)(1 - beta1) * (g - *m);
            *q += (float)(1 - beta2) * (g * g - *q);
            wte[rows[k] * d_model + i] -=
                rate * (float)((double)*m / (sqrt((double)*q) + epsilon));
        }
    return true;
}

RIGHT(sparse_adam, sparse_by_walking, "a walk through the table with the list beside it")
bool sparse_by_walking(float *wte, float *mean, float *square, const uint32_t *rows,
                       const float *drows, uint64_t step, double learning_rate,
                       double beta1, double beta2, double epsilon, size_t n_rows,
                       size_t vocab_size, size_t d_model)
{
    if (!right_list(rows, n_rows, vocab_size) ||
        !right_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t v = 0, k = 0; k < n_rows; v++)
        if (rows[k] == v) {
            const uint32_t only = 0;
            sparse_in_double(wte + v * d_model, mean + v * d_model, square + v * d_model,
                             &only, drows + k * d_model, step, learning_rate, beta1,
                             beta2, epsilon, 1, 1, d_model);
            k++;
        }
    return true;
}

// ------------------------------------------------------------------------- 6.6 adam_drift

static bool right_way(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return seen != 0 && seen <= from && 0 <= beta1 && beta1 < 1 && 0 < beta2 && beta2 < 1;
}

RIGHT(adam_drift, drift_until_small, "steps are added until one is too small to matter")
double drift_until_small(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!right_way(seen, from, beta1, beta2))
        return NAN;
    const double ratio = beta1 / sqrt(beta2);
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    double sum = 0, b = (1 - beta1) / sqrt(1 - beta2) * pow(ratio, (double)(from - seen));
    for (double n = (double)from;; n++, b *= ratio) {
        const double a = b * sqrt(1 - pow(beta2, n)) / (1 - pow(beta1, n));
        sum += a;
        if (a <= 1e-13 * (1 - ratio) * sum || a == 0)
            return sum;
    }
}

RIGHT(adam_drift, drift_in_long_double, "in long double, each power from the one before")
double drift_in_long_double(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!right_way(seen, from, beta1, beta2))
        return NAN;
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    const long double b1 = beta1, b2 = beta2, r = b1 / sqrtl(b2);
    long double sum = 0, power1 = powl(b1, (long double)from),
                power2 = powl(b2, (long double)from);
    long double b = (1 - b1) / sqrtl(1 - b2) * powl(r, (long double)(from - seen));
    for (uint64_t k = 0; k < 40000; k++) {
        const long double a = b * sqrtl(1 - power2) / (1 - power1);
        sum += a;
        if (a < 1e-15L * (1 - r) * sum)
            break;
        b *= r, power1 *= b1, power2 *= b2;
    }
    return (double)sum;
}

RIGHT(adam_drift, drift_as_whole_less_past,
      "from `from` as a sum that begins there, by logs")
double drift_as_whole_less_past(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!(seen > 0) || from < seen || !(beta1 >= 0 && beta1 < 1) ||
        !(beta2 > 0 && beta2 < 1))
        return NAN;
    if (!(beta1 * beta1 < beta2))
        return INFINITY;
    if (beta1 == 0)
        return from == seen ? sqrt((1 - pow(beta2, (double)seen)) / (1 - beta2)) : 0.0;
    const double l1 = log(beta1), l2 = log(beta2);
    double sum = 0;
    for (uint64_t k = 0;; k++) {
        const double n = (double)from + (double)k,
                     ago = (double)(from - seen) + (double)k;
        const double a = (1 - beta1) / sqrt(1 - beta2) * exp(ago * (l1 - l2 / 2)) *
                         sqrt(-expm1(n * l2)) / -expm1(n * l1);
        sum += a;
        if (a < 1e-16 * sum || a == 0 || k > 400000)
            return sum;
    }
}

RIGHT(adam_drift, drift_smallest_first,
      "the steps are kept and added from the smallest on")
double drift_smallest_first(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    enum { MOST = 60000 };
    if (!right_way(seen, from, beta1, beta2))
        return NAN;
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    const double ratio = beta1 / sqrt(beta2);
    double *steps = malloc(MOST * sizeof *steps), sum = 0;
    size_t n_steps = 0;
    double b = (1 - beta1) / sqrt(1 - beta2) * pow(ratio, (double)(from - seen));
    for (double n = (double)from; n_steps < MOST && b > 0; n++, b *= ratio) {
        steps[n_steps++] = b * sqrt(1 - pow(beta2, n)) / (1 - pow(beta1, n));
        if (steps[n_steps - 1] < 1e-17 * steps[0])
            break;
    }
    while (n_steps > 0)
        sum += steps[--n_steps];
    free(steps);
    return sum;
}
