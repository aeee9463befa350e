// Wrong answers to the exercises of chapter 6, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends it its sentence, so what is more particular stands before what is more general.
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline bool ascends(const uint32_t *rows, size_t n_rows, size_t vocab_size)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return true;
}

static inline bool is_beta(double beta)
{
    return beta >= 0.0 && beta < 1.0;
}

static inline bool good_numbers(uint64_t step, double beta1, double beta2, double epsilon)
{
    return step > 0 && is_beta(beta1) && is_beta(beta2) && epsilon > 0.0;
}

// ---------------------------------------------------------------------- 6.1 sgd_momentum

static inline bool is_friction(double momentum)
{
    return momentum >= 0.0 && momentum < 1.0;
}

WRONG(sgd_momentum, worked_example, old_velocity,
      "The weight moves by the old velocity: change the velocity first.")
bool old_velocity(float *w, float *velocity, const float *dw, double learning_rate,
                  double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        w[k] -= (float)learning_rate * velocity[k];
        velocity[k] = (float)momentum * velocity[k] + dw[k];
    }
    return true;
}

WRONG(sgd_momentum, worked_example, rate_inside,
      "The learning rate is in the velocity: here it stands outside, and the velocity "
      "collects bare gradients.")
bool rate_inside(float *w, float *velocity, const float *dw, double learning_rate,
                 double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] + (float)learning_rate * dw[k];
        w[k] -= velocity[k];
    }
    return true;
}

WRONG(
    sgd_momentum, worked_example, dampened,
    "The gradient is multiplied by 1 - momentum: the velocity is a sum here, not a mean.")
bool dampened(float *w, float *velocity, const float *dw, double learning_rate,
              double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] =
            (float)(momentum * (double)velocity[k] + (1 - momentum) * (double)dw[k]);
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(sgd_momentum, worked_example, absent_numbers_stay,
      "Numbers whose gradient is 0 are left out: their velocity goes on moving them.")
bool absent_numbers_stay(float *w, float *velocity, const float *dw, double learning_rate,
                         double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++)
        if (dw[k] != 0.0f) {
            velocity[k] = (float)momentum * velocity[k] + dw[k];
            w[k] -= (float)learning_rate * velocity[k];
        }
    return true;
}

WRONG(sgd_momentum, worked_example, absent_velocity_stays,
      "Where the gradient is 0 the velocity does not lose its share: it shrinks in every "
      "step.")
bool absent_velocity_stays(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        if (dw[k] != 0.0f)
            velocity[k] = (float)momentum * velocity[k] + dw[k];
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(sgd_momentum, worked_example, nesterov,
      "This is Nesterov's momentum, which looks a step ahead: the weight moves by the "
      "velocity itself.")
bool nesterov(float *w, float *velocity, const float *dw, double learning_rate,
              double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] + dw[k];
        w[k] -= (float)learning_rate * (dw[k] + (float)momentum * velocity[k]);
    }
    return true;
}

WRONG(sgd_momentum, worked_example, momentum_uphill,
      "The step goes uphill: subtract it from the weight.")
bool momentum_uphill(float *w, float *velocity, const float *dw, double learning_rate,
                     double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, -learning_rate, momentum, n);
}

WRONG(sgd_momentum, worked_example, no_velocity_kept,
      "The velocity is replaced by the gradient: it must keep its share of what it was.")
bool no_velocity_kept(float *w, float *velocity, const float *dw, double learning_rate,
                      double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = dw[k];
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(sgd_momentum, worked_example, velocity_subtracts,
      "The gradient is taken away from the velocity: here it is added, and the step is "
      "subtracted from the weight.")
bool velocity_subtracts(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] - dw[k];
        w[k] += (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(sgd_momentum, random_steps, zero_momentum_refused,
      "Momentum 0 is refused: it is plain SGD, and allowed.")
bool zero_momentum_refused(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    return momentum > 0.0 && sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
}

WRONG(sgd_momentum, random_steps, negative_rate_refused,
      "A learning rate of 0 or below is refused: it may be any number.")
bool negative_rate_refused(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    return learning_rate > 0.0 &&
           sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
}

WRONG(sgd_momentum, refuses_bad_momentum, nan_momentum_passes,
      "NaN passes the check: both comparisons of it are false. Ask whether momentum is "
      "good, not whether it is bad.")
bool nan_momentum_passes(float *w, float *velocity, const float *dw, double learning_rate,
                         double momentum, size_t n)
{
    if (momentum < 0.0 || momentum >= 1.0)
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] + dw[k];
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(sgd_momentum, refuses_bad_momentum, full_momentum_passes,
      "Momentum 1 is accepted: there the row would never stop, and it is refused.")
bool full_momentum_passes(float *w, float *velocity, const float *dw,
                          double learning_rate, double momentum, size_t n)
{
    if (!(momentum >= 0.0 && momentum <= 1.0))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] + dw[k];
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

CAUGHT(sgd_momentum, refuses_bad_momentum, momentum_unchecked, "must return false")
bool momentum_unchecked(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        velocity[k] = (float)momentum * velocity[k] + dw[k];
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

CAUGHT(sgd_momentum, refuses_bad_momentum, momentum_checked_late, "must stay untouched")
bool momentum_checked_late(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    momentum_unchecked(w, velocity, dw, learning_rate, momentum, n);
    return is_friction(momentum);
}

CAUGHT(sgd_momentum, refuses_bad_momentum, velocity_written_before_check,
       "must stay untouched")
bool velocity_written_before_check(float *w, float *velocity, const float *dw,
                                   double learning_rate, double momentum, size_t n)
{
    for (size_t k = 0; k < n; k++)
        velocity[k] = (float)momentum * velocity[k] + dw[k];
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++)
        w[k] -= (float)learning_rate * velocity[k];
    return true;
}

WRONG(sgd_momentum, accepts_nothing, no_numbers_refused,
      "No numbers are no error: there is nothing to do, and the answer is true.")
bool no_numbers_refused(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    return n > 0 && sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
}

CAUGHT(sgd_momentum, large_sizes, first_65536_numbers, "got")
bool first_65536_numbers(float *w, float *velocity, const float *dw, double learning_rate,
                         double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, learning_rate, momentum, n < 65536 ? n : 65536);
}

CAUGHT(sgd_momentum, stays_in_bounds, one_number_more, "past the end of")
bool one_number_more(float *w, float *velocity, const float *dw, double learning_rate,
                     double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, learning_rate, momentum, n + 1);
}

CAUGHT(sgd_momentum, random_steps, rate_of_the_first_call, "keeps something")
bool rate_of_the_first_call(float *w, float *velocity, const float *dw,
                            double learning_rate, double momentum, size_t n)
{
    static double first = 0.0;
    if (is_friction(momentum) && first == 0.0)
        first = learning_rate;
    return sgd_momentum(w, velocity, dw, first, momentum, n);
}

CAUGHT(sgd_momentum, random_steps, small_gradients_are_zero, "got")
bool small_gradients_are_zero(float *w, float *velocity, const float *dw,
                              double learning_rate, double momentum, size_t n)
{
    if (!is_friction(momentum))
        return false;
    for (size_t k = 0; k < n; k++) {
        velocity[k] =
            (float)momentum * velocity[k] + (fabsf(dw[k]) < 1e-7f ? 0.0f : dw[k]);
        w[k] -= (float)learning_rate * velocity[k];
    }
    return true;
}

WRONG(
    sgd_momentum, random_steps, momentum_checked_as_float,
    "Momentum is checked as a float, and 0.999999999 becomes 1 there: check the double.")
bool momentum_checked_as_float(float *w, float *velocity, const float *dw,
                               double learning_rate, double momentum, size_t n)
{
    return (float)momentum < 1.0f &&
           sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
}

CAUGHT(sgd_momentum, refuses_bad_momentum, hardly_negative_momentum, "must return false")
bool hardly_negative_momentum(float *w, float *velocity, const float *dw,
                              double learning_rate, double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, learning_rate,
                        (float)momentum == 0.0f ? 0.0 : momentum, n);
}

CAUGHT(sgd_momentum, random_steps, one_number_alone, "got")
bool one_number_alone(float *w, float *velocity, const float *dw, double learning_rate,
                      double momentum, size_t n)
{
    if (n == 1 && is_friction(momentum))
        velocity[0] = 0.0f;
    return sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
}

CAUGHT(sgd_momentum, random_steps, subnormal_velocity_stops, "got 0")
bool subnormal_velocity_stops(float *w, float *velocity, const float *dw,
                              double learning_rate, double momentum, size_t n)
{
    const bool good = sgd_momentum(w, velocity, dw, learning_rate, momentum, n);
    for (size_t k = 0; k < n && good; k++)
        if (fabsf(velocity[k]) < 1e-38f)
            velocity[k] = 0.0f;
    return good;
}

CAUGHT(sgd_momentum, random_steps, small_rate_is_zero, "got")
bool small_rate_is_zero(float *w, float *velocity, const float *dw, double learning_rate,
                        double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, fabs(learning_rate) < 1e-8 ? 0 : learning_rate,
                        momentum, n);
}

// ---------------------------------------------------------------------- 6.2 adagrad_rows

WRONG(adagrad_rows, worked_example, square_added_late,
      "The square is added after the step: add it first, so that the first step is one "
      "learning rate.")
bool square_added_late(float *wte, float *squares, const uint32_t *rows,
                       const float *drows, double learning_rate, double epsilon,
                       size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t at = rows[k] * d_model + i;
            const float g = drows[k * d_model + i];
            wte[at] -= (float)learning_rate * g / (sqrtf(squares[at]) + (float)epsilon);
            squares[at] += g * g;
        }
    return true;
}

// Adagrad with a rule of its own for the denominator
#define ADAGRAD(change, below)                                                           \
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon > 0.0))                          \
        return false;                                                                    \
    ADAGRAD_UNCHECKED(change, below)
#define ADAGRAD_UNCHECKED(change, below)                                                 \
    for (size_t k = 0; k < n_rows; k++)                                                  \
        for (size_t i = 0; i < d_model; i++) {                                           \
            const size_t at = rows[k] * d_model + i;                                     \
            const double g = (double)drows[k * d_model + i];                             \
            change;                                                                      \
            const double sum = (double)squares[at];                                      \
            (void)sum;                                                                   \
            wte[at] = (float)((double)wte[at] - learning_rate * g / (below));            \
        }                                                                                \
    return true

WRONG(adagrad_rows, random_tables, adagrad_epsilon_inside,
      "Epsilon stands inside of the root: it is added to the root.")
bool adagrad_epsilon_inside(float *wte, float *squares, const uint32_t *rows,
                            const float *drows, double learning_rate, double epsilon,
                            size_t n_rows, size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g), sqrt(sum + epsilon));
}

WRONG(adagrad_rows, random_tables, adagrad_refuses_infinite_epsilon,
      "An infinite epsilon is refused: it is above 0.")
bool adagrad_refuses_infinite_epsilon(float *wte, float *squares, const uint32_t *rows,
                                      const float *drows, double learning_rate,
                                      double epsilon, size_t n_rows, size_t vocab_size,
                                      size_t d_model)
{
    return isfinite(epsilon) && adagrad_rows(wte, squares, rows, drows, learning_rate,
                                             epsilon, n_rows, vocab_size, d_model);
}

WRONG(adagrad_rows, refuses_bad_input, adagrad_cuts_rows_to_16_bits,
      "A large row was cut to its low bits: it has 32.")
bool adagrad_cuts_rows_to_16_bits(float *wte, float *squares, const uint32_t *rows,
                                  const float *drows, double learning_rate,
                                  double epsilon, size_t n_rows, size_t vocab_size,
                                  size_t d_model)
{
    if (!(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if ((uint16_t)rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return !ascends(rows, n_rows, vocab_size) ||
           adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon, n_rows,
                        vocab_size, d_model);
}

WRONG(adagrad_rows, refuses_bad_input, adagrad_counts_faults_in_a_byte,
      "What is wrong with the list is counted in a byte, and 256 faults are 0 again.")
bool adagrad_counts_faults_in_a_byte(float *wte, float *squares, const uint32_t *rows,
                                     const float *drows, double learning_rate,
                                     double epsilon, size_t n_rows, size_t vocab_size,
                                     size_t d_model)
{
    uint8_t n_bad = 0;
    for (size_t k = 0; k < n_rows; k++)
        n_bad = (uint8_t)(n_bad +
                          (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1])));
    if (n_bad > 0 || !(epsilon > 0.0))
        return false;
    return !ascends(rows, n_rows, vocab_size) ||
           adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon, n_rows,
                        vocab_size, d_model);
}

WRONG(adagrad_rows, worked_example, no_root,
      "The root is missing: divide by the root of the sum of squares.")
bool no_root(float *wte, float *squares, const uint32_t *rows, const float *drows,
             double learning_rate, double epsilon, size_t n_rows, size_t vocab_size,
             size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g), sum + epsilon);
}

WRONG(adagrad_rows, worked_example, squares_replaced,
      "The square replaces the sum: Adagrad adds up all squares.")
bool squares_replaced(float *wte, float *squares, const uint32_t *rows,
                      const float *drows, double learning_rate, double epsilon,
                      size_t n_rows, size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] = (float)(g * g), sqrt(sum) + epsilon);
}

WRONG(adagrad_rows, worked_example, gradients_added,
      "The gradients are added up, not their squares.")
bool gradients_added(float *wte, float *squares, const uint32_t *rows, const float *drows,
                     double learning_rate, double epsilon, size_t n_rows,
                     size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] += (float)fabs(g), sqrt(sum) + epsilon);
}

WRONG(adagrad_rows, random_tables, adagrad_float_epsilon,
      "epsilon was made a float, where 1e-50 is 0: what had no gradient becomes 0 / 0.")
bool adagrad_float_epsilon(float *wte, float *squares, const uint32_t *rows,
                           const float *drows, double learning_rate, double epsilon,
                           size_t n_rows, size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g), sqrt(sum) + (double)(float)epsilon);
}

WRONG(adagrad_rows, random_tables, adagrad_refuses_float_epsilon,
      "A tiny epsilon is refused because a float makes it 0: ask whether the double is "
      "above 0.")
bool adagrad_refuses_float_epsilon(float *wte, float *squares, const uint32_t *rows,
                                   const float *drows, double learning_rate,
                                   double epsilon, size_t n_rows, size_t vocab_size,
                                   size_t d_model)
{
    return (float)epsilon > 0.0f && adagrad_rows(wte, squares, rows, drows, learning_rate,
                                                 epsilon, n_rows, vocab_size, d_model);
}

WRONG(adagrad_rows, random_tables, no_epsilon, "Epsilon is missing.")
bool no_epsilon(float *wte, float *squares, const uint32_t *rows, const float *drows,
                double learning_rate, double epsilon, size_t n_rows, size_t vocab_size,
                size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g), sqrt(sum));
}

WRONG(adagrad_rows, random_tables, one_rate_a_row,
      "All numbers of a row are divided by one root: each number has its own.")
bool one_rate_a_row(float *wte, float *squares, const uint32_t *rows, const float *drows,
                    double learning_rate, double epsilon, size_t n_rows,
                    size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g),
            sqrt((double)squares[rows[k] * d_model]) + epsilon);
}

WRONG(adagrad_rows, worked_example, adagrad_row_k,
      "Row k of the tables is changed: it is row rows[k].")
bool adagrad_row_k(float *wte, float *squares, const uint32_t *rows, const float *drows,
                   double learning_rate, double epsilon, size_t n_rows, size_t vocab_size,
                   size_t d_model)
{
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows * d_model; k++) {
        squares[k] += drows[k] * drows[k];
        wte[k] -= (float)learning_rate * drows[k] / (sqrtf(squares[k]) + (float)epsilon);
    }
    return true;
}

WRONG(adagrad_rows, random_tables, adagrad_uphill,
      "The step goes uphill: subtract it from the weight.")
bool adagrad_uphill(float *wte, float *squares, const uint32_t *rows, const float *drows,
                    double learning_rate, double epsilon, size_t n_rows,
                    size_t vocab_size, size_t d_model)
{
    return adagrad_rows(wte, squares, rows, drows, -learning_rate, epsilon, n_rows,
                        vocab_size, d_model);
}

CAUGHT(adagrad_rows, leaves_other_rows, adagrad_whole_table, "bit for bit")
bool adagrad_whole_table(float *wte, float *squares, const uint32_t *rows,
                         const float *drows, double learning_rate, double epsilon,
                         size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon, n_rows,
                      vocab_size, d_model))
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        wte[k] -= (float)learning_rate * 0.0f / (sqrtf(squares[k]) + (float)epsilon);
    for (size_t k = 0; k < vocab_size * d_model; k++)
        wte[k] += 0.0f;
    return true;
}

CAUGHT(adagrad_rows, large_sizes, adagrad_first_4096, "got")
bool adagrad_first_4096(float *wte, float *squares, const uint32_t *rows,
                        const float *drows, double learning_rate, double epsilon,
                        size_t n_rows, size_t vocab_size, size_t d_model)
{
    return ascends(rows, n_rows, vocab_size) &&
           adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon,
                        n_rows < 4096 ? n_rows : 4096, vocab_size, d_model);
}

CAUGHT(adagrad_rows, large_sizes, adagrad_row_on_the_stack, "got")
bool adagrad_row_on_the_stack(float *wte, float *squares, const uint32_t *rows,
                              const float *drows, double learning_rate, double epsilon,
                              size_t n_rows, size_t vocab_size, size_t d_model)
{
    float root[4096];
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++) {
        for (size_t i = 0; i < d_model && i < 4096; i++) {
            const float g = drows[k * d_model + i];
            squares[rows[k] * d_model + i] += g * g;
            root[i] = sqrtf(squares[rows[k] * d_model + i]) + (float)epsilon;
            wte[rows[k] * d_model + i] -= (float)learning_rate * g / root[i];
        }
    }
    return true;
}

CAUGHT(adagrad_rows, refuses_bad_input, adagrad_list_unchecked, "must return false")
bool adagrad_list_unchecked(float *wte, float *squares, const uint32_t *rows,
                            const float *drows, double learning_rate, double epsilon,
                            size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size)
            return false;
    for (size_t k = 0; k < n_rows; k++)
        adagrad_rows(wte, squares, rows + k, drows + k * d_model, learning_rate, epsilon,
                     1, vocab_size, d_model);
    return true;
}

CAUGHT(adagrad_rows, refuses_bad_input, adagrad_checks_as_it_goes, "must stay untouched")
bool adagrad_checks_as_it_goes(float *wte, float *squares, const uint32_t *rows,
                               const float *drows, double learning_rate, double epsilon,
                               size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++) {
        if (k > 0 && rows[k] <= rows[k - 1])
            return false;
        if (!adagrad_rows(wte, squares, rows + k, drows + k * d_model, learning_rate,
                          epsilon, 1, vocab_size, d_model))
            return false;
    }
    return epsilon > 0.0;
}

CAUGHT(adagrad_rows, refuses_bad_input, adagrad_last_row_only, "must return false")
bool adagrad_last_row_only(float *wte, float *squares, const uint32_t *rows,
                           const float *drows, double learning_rate, double epsilon,
                           size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!(epsilon > 0.0) || (n_rows > 0 && rows[n_rows - 1] >= vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] < vocab_size)
            adagrad_rows(wte, squares, rows + k, drows + k * d_model, learning_rate,
                         epsilon, 1, vocab_size, d_model);
    return true;
}

WRONG(
    adagrad_rows, refuses_bad_input, adagrad_epsilon_0_passes,
    "An epsilon of 0 is accepted: a number whose gradients were all 0 would become NaN.")
bool adagrad_epsilon_0_passes(float *wte, float *squares, const uint32_t *rows,
                              const float *drows, double learning_rate, double epsilon,
                              size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon >= 0.0))
        return false;
    ADAGRAD_UNCHECKED(squares[at] += (float)(g * g), sqrt(sum) + epsilon);
}

WRONG(adagrad_rows, accepts_no_rows, adagrad_no_rows_refused,
      "No rows are a good list: there is nothing to do, and the answer is true.")
bool adagrad_no_rows_refused(float *wte, float *squares, const uint32_t *rows,
                             const float *drows, double learning_rate, double epsilon,
                             size_t n_rows, size_t vocab_size, size_t d_model)
{
    return n_rows > 0 && adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon,
                                      n_rows, vocab_size, d_model);
}

CAUGHT(adagrad_rows, stays_in_bounds, adagrad_one_number_more, "past the end of")
bool adagrad_one_number_more(float *wte, float *squares, const uint32_t *rows,
                             const float *drows, double learning_rate, double epsilon,
                             size_t n_rows, size_t vocab_size, size_t d_model)
{
    if (!ascends(rows, n_rows, vocab_size) || !(epsilon > 0.0))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i <= d_model; i++) {
            const float g = i < d_model ? drows[k * d_model + i] : 0.0f;
            squares[rows[k] * d_model + i] += g * g;
            wte[rows[k] * d_model + i] -=
                (float)learning_rate * g /
                (sqrtf(squares[rows[k] * d_model + i]) + (float)epsilon);
        }
    return true;
}

CAUGHT(adagrad_rows, random_tables, adagrad_skips_small, "got")
bool adagrad_skips_small(float *wte, float *squares, const uint32_t *rows,
                         const float *drows, double learning_rate, double epsilon,
                         size_t n_rows, size_t vocab_size, size_t d_model)
{
    ADAGRAD(squares[at] += (float)(g * g), fabs(g) < 1e-9 ? 1.0 : sqrt(sum) + epsilon);
}

CAUGHT(adagrad_rows, refuses_bad_input, adagrad_all_rows_unchecked, "must return false")
bool adagrad_all_rows_unchecked(float *wte, float *squares, const uint32_t *rows,
                                const float *drows, double learning_rate, double epsilon,
                                size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++) // as many rows as there are must be all of them
        if (rows[k] >= vocab_size ||
            (n_rows != vocab_size && k > 0 && rows[k] <= rows[k - 1]))
            return false;
    ADAGRAD_UNCHECKED(squares[at] += (float)(g * g), sqrt(sum) + epsilon);
}

// ------------------------------------------------------------------- 6.3 to 6.5: a frame

// All that is right of Adam but what the answer changes: `new_mean`, `new_square`, and the
// step, in double, out of mean, square, g, used1 = 1 - beta1^step, used2 = 1 - beta2^step.
#define ADAM_LOOP(count, place, gradient, new_mean, new_square, step_of)                 \
    const double used1 = 1.0 - pow(beta1, (double)step),                                 \
                 used2 = 1.0 - pow(beta2, (double)step);                                 \
    (void)used1, (void)used2;                                                            \
    for (size_t k = 0; k < (count); k++) {                                               \
        const size_t at = (place);                                                       \
        const double g = (double)(gradient);                                             \
        (void)g;                                                                         \
        mean[at] = (float)(new_mean);                                                    \
        square[at] = (float)(new_square);                                                \
        const double m = (double)mean[at], q = (double)square[at];                       \
        (void)m, (void)q;                                                                \
        W[at] = (float)((double)W[at] - (step_of));                                      \
    }                                                                                    \
    return true

#define RIGHT_MEAN (beta1 * (double)mean[at] + (1.0 - beta1) * g)
#define RIGHT_SQUARE (beta2 * (double)square[at] + (1.0 - beta2) * g * g)
#define RIGHT_STEP (learning_rate * (m / used1) / (sqrt(q / used2) + epsilon))
#define EARLY_STEP (learning_rate * sqrt(used2) / used1 * m / (sqrt(q) + epsilon))

WRONG(adam, random_steps, beta1_checked_as_float,
      "beta1 is checked as a float, and 0.999999999 becomes 1 there: check the double.")
bool beta1_checked_as_float(float *w, float *mean, float *square, const float *dw,
                            uint64_t step, double learning_rate, double beta1,
                            double beta2, double epsilon, size_t n)
{
    return (float)beta1 < 1.0f &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adam, refuses_bad_numbers, hardly_negative_betas, "must return false")
bool hardly_negative_betas(float *w, float *mean, float *square, const float *dw,
                           uint64_t step, double learning_rate, double beta1,
                           double beta2, double epsilon, size_t n)
{
    return adam(w, mean, square, dw, step, learning_rate,
                (float)beta1 == 0.0f ? 0.0 : beta1, (float)beta2 == 0.0f ? 0.0 : beta2,
                epsilon, n);
}

// ------------------------------------------------------------------------------- 6.3 adam

#define ADAM(new_mean, new_square, step_of)                                              \
    float *const W = w;                                                                  \
    if (!good_numbers(step, beta1, beta2, epsilon))                                      \
        return false;                                                                    \
    ADAM_LOOP(n, k, dw[k], new_mean, new_square, step_of)

#define ADAM_ANSWER(name)                                                                \
    bool name(float *w, float *mean, float *square, const float *dw, uint64_t step,      \
              double learning_rate, double beta1, double beta2, double epsilon,          \
              size_t n)

WRONG(adam, random_steps, adam_float_epsilon,
      "epsilon was made a float, where 1e-50 is 0: what had no gradient becomes 0 / 0.")
ADAM_ANSWER(adam_float_epsilon)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         learning_rate * (m / used1) / (sqrt(q / used2) + (double)(float)epsilon));
}

WRONG(adam, random_steps, adam_refuses_float_epsilon,
      "A tiny epsilon is refused because a float makes it 0: ask whether the double is "
      "above 0.")
ADAM_ANSWER(adam_refuses_float_epsilon)
{
    return (float)epsilon > 0.0f &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adam, worked_example, step_from_zero,
      "The steps are counted from 0: at step 1 the corrections are 1 - beta, not 0.")
ADAM_ANSWER(step_from_zero)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         learning_rate * (m / (1.0 - pow(beta1, (double)step - 1))) /
             (sqrt(q / (1.0 - pow(beta2, (double)step - 1))) + epsilon));
}

WRONG(adam, worked_example, step_one_too_far,
      "The corrections are those of the next step: beta to the power of step, not step + "
      "1.")
ADAM_ANSWER(step_one_too_far)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         learning_rate * (m / (1.0 - pow(beta1, (double)step + 1))) /
             (sqrt(q / (1.0 - pow(beta2, (double)step + 1))) + epsilon));
}

WRONG(adam, worked_example, no_correction,
      "The bias correction is missing: divide mean and square by 1 - beta^step.")
ADAM_ANSWER(no_correction)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * m / (sqrt(q) + epsilon));
}

WRONG(adam, worked_example, square_uncorrected,
      "Square is not corrected: divide it by 1 - beta2^step before the root.")
ADAM_ANSWER(square_uncorrected)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * (m / used1) / (sqrt(q) + epsilon));
}

WRONG(adam, worked_example, mean_uncorrected,
      "Mean is not corrected: divide it by 1 - beta1^step.")
ADAM_ANSWER(mean_uncorrected)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * m / (sqrt(q / used2) + epsilon));
}

WRONG(
    adam, worked_example, correction_stored,
    "The corrected means are stored: what is kept are the bare ones, and the correction "
    "is made anew in each step.")
ADAM_ANSWER(correction_stored)
{
    ADAM(RIGHT_MEAN / used1, RIGHT_SQUARE / used2,
         learning_rate * m / (sqrt(q) + epsilon));
}

WRONG(adam, random_steps, epsilon_inside,
      "Epsilon stands inside of the root: it is added to the root.")
ADAM_ANSWER(epsilon_inside)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         learning_rate * (m / used1) / sqrt(q / used2 + epsilon));
}

WRONG(
    adam, random_steps, epsilon_early,
    "Epsilon is added before the bias correction: that is the rule of exercise 6.5. Here "
    "it is added after it.")
ADAM_ANSWER(epsilon_early)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, EARLY_STEP);
}

WRONG(adam, random_steps, epsilon_missing, "Epsilon is missing.")
ADAM_ANSWER(epsilon_missing)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         q > 0 ? learning_rate * (m / used1) / sqrt(q / used2) : 0.0);
}

WRONG(adam, worked_example, means_as_sums,
      "The new gradient is not multiplied by 1 - beta: mean and square are means, not "
      "sums.")
ADAM_ANSWER(means_as_sums)
{
    ADAM(beta1 * (double)mean[at] + g, beta2 * (double)square[at] + g * g, RIGHT_STEP);
}

WRONG(adam, worked_example, betas_swapped,
      "beta1 and beta2 are exchanged: beta1 is for mean, beta2 for square.")
ADAM_ANSWER(betas_swapped)
{
    return adam(w, mean, square, dw, step, learning_rate, beta2, beta1, epsilon, n);
}

WRONG(adam, worked_example, old_mean,
      "The weight moves by the old mean: change mean and square first.")
ADAM_ANSWER(old_mean)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n; k++) {
        const double m = (double)mean[k], q = (double)square[k], g = (double)dw[k];
        w[k] -= (float)(learning_rate * (m / (1 - pow(beta1, (double)step))) /
                        (sqrt(q / (1 - pow(beta2, (double)step))) + epsilon));
        mean[k] = (float)(beta1 * m + (1 - beta1) * g);
        square[k] = (float)(beta2 * q + (1 - beta2) * g * g);
    }
    return true;
}

WRONG(adam, random_steps, adam_leaves_what_rests,
      "Where mean and gradient are 0, nothing was changed: square still falls.")
ADAM_ANSWER(adam_leaves_what_rests)
{
    ADAM(RIGHT_MEAN, g == 0.0 && mean[at] == 0.0f ? (double)square[at] : RIGHT_SQUARE,
         RIGHT_STEP);
}

WRONG(adam, random_steps, adam_refuses_infinite_epsilon,
      "An infinite epsilon is refused: it is above 0.")
ADAM_ANSWER(adam_refuses_infinite_epsilon)
{
    return isfinite(epsilon) &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adam, worked_example, no_root_of_square,
      "The root is missing: divide by the root of square.")
ADAM_ANSWER(no_root_of_square)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * (m / used1) / (q / used2 + epsilon));
}

WRONG(adam, worked_example, square_of_mean,
      "Square is made from mean, not from the gradient: it is the mean of the squares.")
ADAM_ANSWER(square_of_mean)
{
    ADAM(RIGHT_MEAN,
         beta2 * (double)square[at] + (1 - beta2) * (double)mean[at] * (double)mean[at],
         RIGHT_STEP);
}

WRONG(adam, worked_example, gradient_for_mean,
      "The weight moves by the gradient divided by the root: Adam takes the mean.")
ADAM_ANSWER(gradient_for_mean)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * g / (sqrt(q / used2) + epsilon));
}

WRONG(adam, worked_example, lazy_numbers,
      "Numbers whose gradient is 0 are left out: their mean fades, and goes on moving "
      "them.")
ADAM_ANSWER(lazy_numbers)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n; k++)
        if (dw[k] != 0.0f)
            adam(w + k, mean + k, square + k, dw + k, step, learning_rate, beta1, beta2,
                 epsilon, 1);
    return true;
}

WRONG(adam, worked_example, adam_uphill,
      "The step goes uphill: subtract it from the weight.")
ADAM_ANSWER(adam_uphill)
{
    return adam(w, mean, square, dw, step, -learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adam, corrections_in_double, betas_in_float,
      "1 - beta is taken from a float: there 1 - 0.999 is wrong in the fifth digit.")
ADAM_ANSWER(betas_in_float)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    const float b1 = (float)beta1, b2 = (float)beta2;
    const float used1 = (float)(1.0 - pow((double)b1, (double)step)),
                used2 = (float)(1.0 - pow((double)b2, (double)step));
    for (size_t k = 0; k < n; k++) {
        mean[k] = b1 * mean[k] + (1.0f - b1) * dw[k];
        square[k] = b2 * square[k] + (1.0f - b2) * dw[k] * dw[k];
        w[k] -= (float)learning_rate * (mean[k] / used1) /
                (sqrtf(square[k] / used2) + (float)epsilon);
    }
    return true;
}

WRONG(
    adam, corrections_in_double, corrections_by_powf,
    "The corrections are taken in float: 1 - beta^step loses its digits there, early in "
    "training.")
ADAM_ANSWER(corrections_by_powf)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    const float used1 = 1.0f - powf((float)beta1, (float)step),
                used2 = 1.0f - powf((float)beta2, (float)step);
    for (size_t k = 0; k < n; k++) {
        mean[k] = (float)beta1 * mean[k] + (float)(1.0 - beta1) * dw[k];
        square[k] = (float)beta2 * square[k] + (float)(1.0 - beta2) * dw[k] * dw[k];
        w[k] -= (float)learning_rate * (mean[k] / used1) /
                (sqrtf(square[k] / used2) + (float)epsilon);
    }
    return true;
}

WRONG(adam, late_steps, step_in_int,
      "The step is held in an int, which ends at 2147483647.")
ADAM_ANSWER(step_in_int)
{
    const uint64_t held = (uint64_t)(int64_t)(int32_t)(uint32_t)step;
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    const double power = (double)(int64_t)held;
    float *const W = w;
    ADAM_LOOP(n, k, dw[k], RIGHT_MEAN, RIGHT_SQUARE,
              learning_rate * (m / (1 - pow(beta1, power))) /
                  (sqrt(q / (1 - pow(beta2, power))) + epsilon));
}

WRONG(adam, late_steps, step_in_32_bits,
      "The step is held in 32 bits: it may be larger than 4294967295.")
ADAM_ANSWER(step_in_32_bits)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    const double power = (double)(uint32_t)step;
    float *const W = w;
    ADAM_LOOP(n, k, dw[k], RIGHT_MEAN, RIGHT_SQUARE,
              learning_rate * (m / (1 - pow(beta1, power))) /
                  (sqrt(q / (1 - pow(beta2, power))) + epsilon));
}

CAUGHT(adam, late_steps, counts_to_the_step, "still running")
ADAM_ANSWER(counts_to_the_step)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    volatile double power1 = 1.0, power2 = 1.0;
    for (uint64_t t = 0; t < step; t++) {
        power1 *= beta1;
        power2 *= beta2;
    }
    float *const W = w;
    ADAM_LOOP(n, k, dw[k], RIGHT_MEAN, RIGHT_SQUARE,
              learning_rate * (m / (1 - power1)) / (sqrt(q / (1 - power2)) + epsilon));
}

CAUGHT(adam, late_steps, corrections_stop_at_1000, "got")
ADAM_ANSWER(corrections_stop_at_1000)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         step > 1000 ? learning_rate * m / (sqrt(q) + epsilon) : RIGHT_STEP);
}

CAUGHT(adam, large_sizes, adam_first_65536, "got")
ADAM_ANSWER(adam_first_65536)
{
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                n < 65536 ? n : 65536);
}

CAUGHT(adam, stays_in_bounds, adam_one_number_more, "past the end of")
ADAM_ANSWER(adam_one_number_more)
{
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n + 1);
}

WRONG(adam, accepts_nothing, adam_no_numbers_refused,
      "No numbers are no error: there is nothing to do, and the answer is true.")
ADAM_ANSWER(adam_no_numbers_refused)
{
    return n > 0 &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adam, random_steps, beta1_0_refused,
      "A beta of 0 is refused: it is a mean that keeps nothing, and allowed.")
ADAM_ANSWER(beta1_0_refused)
{
    return beta1 > 0.0 && beta2 > 0.0 &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

// The step itself, whatever the numbers are.
static inline bool adam_unasked(float *w, float *mean, float *square, const float *dw,
                                uint64_t step, double learning_rate, double beta1,
                                double beta2, double epsilon, size_t n)
{
    float *const W = w;
    ADAM_LOOP(n, k, dw[k], RIGHT_MEAN, RIGHT_SQUARE, RIGHT_STEP);
}

CAUGHT(adam, refuses_bad_numbers, adam_unchecked, "must return false")
ADAM_ANSWER(adam_unchecked)
{
    return adam_unasked(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                        n);
}

WRONG(adam, refuses_bad_numbers, nan_betas_pass,
      "NaN passes the check: every comparison with it is false. Ask whether a number is "
      "good, not whether it is bad.")
ADAM_ANSWER(nan_betas_pass)
{
    if (step == 0 || beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1 || epsilon <= 0)
        return false;
    return adam_unasked(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                        n);
}

WRONG(
    adam, refuses_bad_numbers, adam_epsilon_0_passes,
    "An epsilon of 0 is accepted: a number whose gradients were all 0 would become NaN.")
ADAM_ANSWER(adam_epsilon_0_passes)
{
    if (!(step > 0 && is_beta(beta1) && is_beta(beta2) && epsilon >= 0.0))
        return false;
    return adam_unasked(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                        n);
}

CAUGHT(adam, refuses_bad_numbers, beta2_unchecked, "must return false")
ADAM_ANSWER(beta2_unchecked)
{
    if (!(step > 0 && is_beta(beta1) && epsilon > 0.0))
        return false;
    return adam_unasked(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                        n);
}

CAUGHT(adam, refuses_bad_numbers, step_0_passes, "must return false")
ADAM_ANSWER(step_0_passes)
{
    if (!good_numbers(1, beta1, beta2, epsilon))
        return false;
    return adam_unasked(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                        n);
}

CAUGHT(adam, refuses_bad_numbers, means_before_the_check, "must stay untouched")
ADAM_ANSWER(means_before_the_check)
{
    float *const W = w;
    for (size_t k = 0; k < n; k++)
        mean[k] *= (float)beta1;
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    ADAM_LOOP(n, k, dw[k], (double)mean[at] + (1 - beta1) * g, RIGHT_SQUARE, RIGHT_STEP);
}

CAUGHT(adam, random_steps, own_count_of_steps, "keeps something")
ADAM_ANSWER(own_count_of_steps)
{
    static uint64_t before = 0;
    if (good_numbers(step, beta1, beta2, epsilon) && before == 0)
        before = step;
    return adam(w, mean, square, dw, before, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adam, random_steps, adam_clips, "got")
ADAM_ANSWER(adam_clips)
{
    ADAM(RIGHT_MEAN, RIGHT_SQUARE,
         fmax(-fabs(learning_rate), fmin(fabs(learning_rate), RIGHT_STEP)));
}

// ------------------------------------------------------------------------------ 6.4 adamw

#define ADAMW_ANSWER(name)                                                               \
    bool name(float *w, float *mean, float *square, const float *dw, uint64_t step,      \
              double learning_rate, double beta1, double beta2, double epsilon,          \
              double weight_decay, size_t n)

WRONG(adamw, random_steps, adamw_beta_0_refused,
      "A beta of 0 is refused: it is a mean that keeps nothing, and allowed.")
ADAMW_ANSWER(adamw_beta_0_refused)
{
    return beta1 > 0.0 && beta2 > 0.0 &&
           adamw(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                 weight_decay, n);
}

static inline bool good_decay(uint64_t step, double beta1, double beta2, double epsilon,
                              double weight_decay)
{
    return good_numbers(step, beta1, beta2, epsilon) && weight_decay >= 0.0;
}

static inline void shrink(float *w, double left, size_t n)
{
    for (size_t k = 0; k < n; k++)
        w[k] = (float)((double)w[k] * left);
}

WRONG(adamw, decay_stays_outside, decay_in_the_gradient,
      "The decay is added to the gradient: that is Adam with L2. Shrink the weights, and "
      "give "
      "Adam the bare gradient.")
ADAMW_ANSWER(decay_in_the_gradient)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    for (size_t k = 0; k < n; k++) {
        const float g = (float)((double)dw[k] + weight_decay * (double)w[k]);
        adam(w + k, mean + k, square + k, &g, step, learning_rate, beta1, beta2, epsilon,
             1);
    }
    return true;
}

WRONG(adamw, worked_example, decay_last,
      "The decay comes after Adam's step, and shrinks that too: it comes first.")
ADAMW_ANSWER(decay_last)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
    shrink(w, 1.0 - learning_rate * weight_decay, n);
    return true;
}

WRONG(adamw, worked_example, decay_without_rate,
      "The decay is not multiplied by the learning rate.")
ADAMW_ANSWER(decay_without_rate)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    shrink(w, 1.0 - weight_decay, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, worked_example, no_decay, "There is no decay: this is Adam.")
ADAMW_ANSWER(no_decay)
{
    return weight_decay >= 0.0 &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, worked_example, keeps_the_decay,
      "The weight is multiplied by learning_rate * weight_decay: that is what it loses, "
      "not "
      "what it keeps.")
ADAMW_ANSWER(keeps_the_decay)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    shrink(w, learning_rate * weight_decay, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, worked_example, decay_grows, "The weights grow: decay makes them smaller.")
ADAMW_ANSWER(decay_grows)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    shrink(w, 1.0 + learning_rate * weight_decay, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, worked_example, only_seen_numbers_decay,
      "Only numbers that have a gradient decay: all of them do.")
ADAMW_ANSWER(only_seen_numbers_decay)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    for (size_t k = 0; k < n; k++)
        if (dw[k] != 0.0f)
            shrink(w + k, 1.0 - learning_rate * weight_decay, 1);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(
    adamw, decay_stays_outside, decay_by_a_constant,
    "Every weight loses the same amount, whatever its size: the decay is a share of it.")
ADAMW_ANSWER(decay_by_a_constant)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    for (size_t k = 0; k < n; k++)
        w[k] -= (float)(learning_rate * weight_decay) * (w[k] > 0 ? 1.0f : -1.0f);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adamw, decay_stays_outside, decay_held_below_one, "got")
ADAMW_ANSWER(decay_held_below_one)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    shrink(w, fmax(0.0, 1.0 - learning_rate * fmin(weight_decay, 1.0)), n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, decay_stays_outside, decay_0_refused,
      "A decay of 0 is refused: it is Adam, and allowed.")
ADAMW_ANSWER(decay_0_refused)
{
    return weight_decay > 0.0 && adamw(w, mean, square, dw, step, learning_rate, beta1,
                                       beta2, epsilon, weight_decay, n);
}

CAUGHT(adamw, refuses_bad_numbers, shrinks_before_adam_refuses, "must stay untouched")
ADAMW_ANSWER(shrinks_before_adam_refuses)
{
    if (!(weight_decay >= 0.0))
        return false;
    shrink(w, 1.0 - learning_rate * weight_decay, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adamw, refuses_bad_numbers, decay_unchecked, "must return false")
ADAMW_ANSWER(decay_unchecked)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    shrink(w, 1.0 - learning_rate * weight_decay, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, refuses_bad_numbers, nan_decay_passes,
      "A weight_decay of NaN passes the check: ask whether it is at least 0, not whether "
      "it is "
      "below.")
ADAMW_ANSWER(nan_decay_passes)
{
    if (weight_decay < 0.0)
        return false;
    return decay_unchecked(w, mean, square, dw, step, learning_rate, beta1, beta2,
                           epsilon, weight_decay, n);
}

CAUGHT(adamw, large_sizes, adamw_first_4096, "got")
ADAMW_ANSWER(adamw_first_4096)
{
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    shrink(w, 1.0 - learning_rate * weight_decay, n < 4096 ? n : 4096);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adamw, stays_in_bounds, adamw_one_number_more, "past the end of")
ADAMW_ANSWER(adamw_one_number_more)
{
    return adamw(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                 weight_decay, n + 1);
}

CAUGHT(adamw, random_steps, decay_of_the_first_call, "keeps something")
ADAMW_ANSWER(decay_of_the_first_call)
{
    static double left = 0.0;
    if (!good_decay(step, beta1, beta2, epsilon, weight_decay))
        return false;
    if (left == 0.0)
        left = 1.0 - learning_rate * weight_decay;
    shrink(w, left, n);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adamw, decay_stays_outside, light_weights_stay,
      "Small weights are left out: every weight decays, however small.")
bool light_weights_stay(float *w, float *mean, float *square, const float *dw,
                        uint64_t step, double learning_rate, double beta1, double beta2,
                        double epsilon, double weight_decay, size_t n)
{
    if (!good_numbers(step, beta1, beta2, epsilon) || !(weight_decay >= 0.0))
        return false;
    for (size_t k = 0; k < n; k++)
        if (fabsf(w[k]) > 1e-6f)
            w[k] *= (float)(1.0 - learning_rate * weight_decay);
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

CAUGHT(adamw, refuses_bad_numbers, hardly_negative_decay, "must return false")
bool hardly_negative_decay(float *w, float *mean, float *square, const float *dw,
                           uint64_t step, double learning_rate, double beta1,
                           double beta2, double epsilon, double weight_decay, size_t n)
{
    return adamw(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                 (float)weight_decay == 0.0f ? 0.0 : weight_decay, n);
}

CAUGHT(adamw, random_steps, adamw_checks_floats, "must return true")
bool adamw_checks_floats(float *w, float *mean, float *square, const float *dw,
                         uint64_t step, double learning_rate, double beta1, double beta2,
                         double epsilon, double weight_decay, size_t n)
{
    return (float)beta2 < 1.0f && adamw(w, mean, square, dw, step, learning_rate, beta1,
                                        beta2, epsilon, weight_decay, n);
}

WRONG(adamw, decay_stays_outside, adamw_refuses_minus_zero,
      "-0 is not negative: a weight_decay of -0 is 0.")
ADAMW_ANSWER(adamw_refuses_minus_zero)
{
    return !signbit(weight_decay) && adamw(w, mean, square, dw, step, learning_rate,
                                           beta1, beta2, epsilon, weight_decay, n);
}

WRONG(adamw, decay_stays_outside, adamw_refuses_infinite_decay,
      "An infinite weight_decay is refused: only one that is negative or NaN is.")
ADAMW_ANSWER(adamw_refuses_infinite_decay)
{
    return !isinf(weight_decay) && adamw(w, mean, square, dw, step, learning_rate, beta1,
                                         beta2, epsilon, weight_decay, n);
}

CAUGHT(adamw, random_steps, one_weight_does_not_decay, "got")
bool one_weight_does_not_decay(float *w, float *mean, float *square, const float *dw,
                               uint64_t step, double learning_rate, double beta1,
                               double beta2, double epsilon, double weight_decay,
                               size_t n)
{
    return adamw(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon,
                 n == 1 && weight_decay >= 0.0 ? 0.0 : weight_decay, n);
}

// ------------------------------------------------------------------------ 6.5 sparse_adam

#define SPARSE_ANSWER(name)                                                              \
    bool name(float *wte, float *mean, float *square, const uint32_t *rows,              \
              const float *drows, uint64_t step, double learning_rate, double beta1,     \
              double beta2, double epsilon, size_t n_rows, size_t vocab_size,            \
              size_t d_model)

#define SPARSE(new_mean, new_square, step_of)                                            \
    float *const W = wte;                                                                \
    if (!ascends(rows, n_rows, vocab_size) ||                                            \
        !good_numbers(step, beta1, beta2, epsilon))                                      \
        return false;                                                                    \
    ADAM_LOOP(n_rows *d_model, rows[k / d_model] * d_model + k % d_model, drows[k],      \
              new_mean, new_square, step_of)

WRONG(
    sparse_adam, place_of_epsilon, sparse_epsilon_late_when_old,
    "Late in training epsilon is added after the bias correction: it is added before, at "
    "every step.")
SPARSE_ANSWER(sparse_epsilon_late_when_old)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE, step > 1000 ? RIGHT_STEP : EARLY_STEP);
}

WRONG(sparse_adam, place_of_epsilon, sparse_epsilon_late,
      "Epsilon is added after the bias correction, as in exercise 6.3: here it is added "
      "before.")
SPARSE_ANSWER(sparse_epsilon_late)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE, RIGHT_STEP);
}

WRONG(sparse_adam, place_of_epsilon, sparse_epsilon_inside,
      "Epsilon stands inside of the root: it is added to the root.")
SPARSE_ANSWER(sparse_epsilon_inside)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE,
           learning_rate * sqrt(used2) / used1 * m / sqrt(q + epsilon));
}

WRONG(sparse_adam, one_count_for_all, count_for_each_row,
      "A row that has not been seen before is taken for one at step 1: the steps are "
      "counted "
      "for the whole table.")
SPARSE_ANSWER(count_for_each_row)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE,
           m == (float)((1.0 - beta1) * g)
               ? learning_rate * sqrt(1 - beta2) / (1 - beta1) * m / (sqrt(q) + epsilon)
               : EARLY_STEP);
}

WRONG(sparse_adam, one_count_for_all, sparse_no_correction,
      "The bias correction is missing: the factor in front is "
      "sqrt(1 - beta2^step) / (1 - beta1^step).")
SPARSE_ANSWER(sparse_no_correction)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE, learning_rate * m / (sqrt(q) + epsilon));
}

WRONG(sparse_adam, random_tables, sparse_float_epsilon,
      "epsilon was made a float, where 1e-50 is 0: what had no gradient becomes 0 / 0.")
SPARSE_ANSWER(sparse_float_epsilon)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE,
           learning_rate * sqrt(used2) / used1 * m / (sqrt(q) + (double)(float)epsilon));
}

WRONG(sparse_adam, random_tables, sparse_refuses_float_epsilon,
      "A tiny epsilon is refused because a float makes it 0: ask whether the double is "
      "above 0.")
SPARSE_ANSWER(sparse_refuses_float_epsilon)
{
    return (float)epsilon > 0.0f &&
           sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, random_tables, no_root_of_correction,
      "The correction of square is not under a root: it is sqrt(1 - beta2^step).")
SPARSE_ANSWER(no_root_of_correction)
{
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE,
           learning_rate * used2 / used1 * m / (sqrt(q) + epsilon));
}

WRONG(sparse_adam, leaves_other_rows, absent_means_fade,
      "Mean and square of absent rows fade: of rows that are not on the list nothing "
      "changes.")
SPARSE_ANSWER(absent_means_fade)
{
    if (!ascends(rows, n_rows, vocab_size) || !good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t v = 0, k = 0; v < vocab_size; v++) {
        if (k < n_rows && rows[k] == v) {
            k++;
            continue;
        }
        for (size_t i = 0; i < d_model; i++) {
            mean[v * d_model + i] *= (float)beta1;
            square[v * d_model + i] *= (float)beta2;
        }
    }
    return sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, leaves_other_rows, absent_rows_move,
      "Rows that are not on the list move: this is Adam with a sparse gradient in "
      "TensorFlow's sense.")
SPARSE_ANSWER(absent_rows_move)
{
    if (!ascends(rows, n_rows, vocab_size) || !good_numbers(step, beta1, beta2, epsilon))
        return false;
    float *whole = calloc(vocab_size * d_model + 1, sizeof *whole), *const W = wte;
    for (size_t k = 0; k < n_rows * d_model; k++)
        whole[rows[k / d_model] * d_model + k % d_model] = drows[k];
    ADAM_LOOP(vocab_size * d_model, k, whole[k], RIGHT_MEAN, RIGHT_SQUARE, EARLY_STEP);
}

WRONG(sparse_adam, leaves_other_rows, absent_rows_move_only,
      "Rows that are not on the list move by what their mean remembers: they must stay.")
SPARSE_ANSWER(absent_rows_move_only)
{
    if (!sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                     epsilon, n_rows, vocab_size, d_model))
        return false;
    const double rate = learning_rate * sqrt(1 - pow(beta2, (double)step)) /
                        (1 - pow(beta1, (double)step));
    for (size_t v = 0, k = 0; v < vocab_size; v++) {
        if (k < n_rows && rows[k] == v) {
            k++;
            continue;
        }
        for (size_t i = 0; i < d_model; i++) {
            const size_t at = v * d_model + i;
            wte[at] -=
                (float)(rate * (double)mean[at] / (sqrt((double)square[at]) + epsilon));
        }
    }
    return true;
}

WRONG(sparse_adam, random_tables, sparse_row_k,
      "Row k of the tables is changed: it is row rows[k].")
SPARSE_ANSWER(sparse_row_k)
{
    float *const W = wte;
    if (!ascends(rows, n_rows, vocab_size) || !good_numbers(step, beta1, beta2, epsilon))
        return false;
    ADAM_LOOP(n_rows * d_model, k, drows[k], RIGHT_MEAN, RIGHT_SQUARE, EARLY_STEP);
}

WRONG(sparse_adam, random_tables, means_in_list_order,
      "Mean and square are found by k, and the weights by rows[k]: all three tables have "
      "row rows[k].")
SPARSE_ANSWER(means_in_list_order)
{
    if (!ascends(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if (!adam(wte + rows[k] * d_model, mean + k * d_model, square + k * d_model,
                  drows + k * d_model, step, learning_rate, beta1, beta2, epsilon,
                  d_model))
            return false;
    return good_numbers(step, beta1, beta2, epsilon);
}

WRONG(sparse_adam, random_tables, gradient_squared_by_entry,
      "Square is made from mean, not from the gradient: it is the mean of the squares.")
SPARSE_ANSWER(gradient_squared_by_entry)
{
    SPARSE(RIGHT_MEAN,
           beta2 * (double)square[at] + (1 - beta2) * (double)mean[at] * (double)mean[at],
           EARLY_STEP);
}

CAUGHT(sparse_adam, leaves_other_rows, nan_rows_cleaned, "bit for bit")
SPARSE_ANSWER(nan_rows_cleaned)
{
    if (!sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                     epsilon, n_rows, vocab_size, d_model))
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        wte[k] = isnan(wte[k]) ? 0.0f : wte[k];
    return true;
}

WRONG(sparse_adam, one_count_for_all, sparse_step_in_32_bits,
      "The step is held in 32 bits: it may be larger than 4294967295.")
SPARSE_ANSWER(sparse_step_in_32_bits)
{
    const double power = (double)(uint32_t)step;
    SPARSE(RIGHT_MEAN, RIGHT_SQUARE,
           learning_rate * sqrt(1 - pow(beta2, power)) / (1 - pow(beta1, power)) * m /
               (sqrt(q) + epsilon));
}

WRONG(sparse_adam, random_tables, sparse_betas_in_float,
      "1 - beta is taken from a float: there 1 - 0.999 is wrong in the fifth digit.")
SPARSE_ANSWER(sparse_betas_in_float)
{
    const double f1 = (double)(1.0f - (float)beta1), f2 = (double)(1.0f - (float)beta2);
    SPARSE(beta1 * (double)mean[at] + f1 * g, beta2 * (double)square[at] + f2 * g * g,
           EARLY_STEP);
}

CAUGHT(sparse_adam, large_sizes, sparse_first_4096, "got")
SPARSE_ANSWER(sparse_first_4096)
{
    return ascends(rows, n_rows, vocab_size) &&
           sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows < 4096 ? n_rows : 4096, vocab_size, d_model);
}

CAUGHT(sparse_adam, large_sizes, place_in_16_bits, "got")
SPARSE_ANSWER(place_in_16_bits)
{
    if (!ascends(rows, n_rows, vocab_size) || !good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n_rows; k++) {
        const size_t at = (uint16_t)(rows[k] * d_model);
        for (size_t i = 0; i < d_model && at + i < vocab_size * d_model; i++) {
            const uint32_t zero = 0;
            sparse_adam(wte + at + i, mean + at + i, square + at + i, &zero,
                        drows + k * d_model + i, step, learning_rate, beta1, beta2,
                        epsilon, 1, 1, 1);
        }
    }
    return true;
}

CAUGHT(sparse_adam, refuses_bad_lists, list_may_fall, "must return false")
SPARSE_ANSWER(list_may_fall)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size)
            return false;
    for (size_t k = 0; k < n_rows; k++)
        sparse_adam(wte, mean, square, rows + k, drows + k * d_model, step, learning_rate,
                    beta1, beta2, epsilon, 1, vocab_size, d_model);
    return good_numbers(step, beta1, beta2, epsilon);
}

CAUGHT(sparse_adam, refuses_bad_lists, rows_checked_one_by_one, "must stay untouched")
SPARSE_ANSWER(rows_checked_one_by_one)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if ((k > 0 && rows[k] <= rows[k - 1]) ||
            !sparse_adam(wte, mean, square, rows + k, drows + k * d_model, step,
                         learning_rate, beta1, beta2, epsilon, 1, vocab_size, d_model))
            return false;
    return true;
}

CAUGHT(sparse_adam, refuses_bad_lists, twice_is_good, "must return false")
SPARSE_ANSWER(twice_is_good)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] < rows[k - 1]))
            return false;
    return list_may_fall(wte, mean, square, rows, drows, step, learning_rate, beta1,
                         beta2, epsilon, n_rows, vocab_size, d_model);
}

CAUGHT(sparse_adam, refuses_bad_numbers, sparse_numbers_unchecked, "must return false")
SPARSE_ANSWER(sparse_numbers_unchecked)
{
    float *const W = wte;
    if (!ascends(rows, n_rows, vocab_size))
        return false;
    ADAM_LOOP(n_rows * d_model, rows[k / d_model] * d_model + k % d_model, drows[k],
              RIGHT_MEAN, RIGHT_SQUARE, EARLY_STEP);
}

WRONG(sparse_adam, refuses_bad_numbers, sparse_nan_passes,
      "NaN passes the check: every comparison with it is false. Ask whether a number is "
      "good, not whether it is bad.")
SPARSE_ANSWER(sparse_nan_passes)
{
    if (step == 0 || beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1 || epsilon <= 0)
        return false;
    return sparse_numbers_unchecked(wte, mean, square, rows, drows, step, learning_rate,
                                    beta1, beta2, epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, accepts_no_rows, sparse_no_rows_refused,
      "No rows are a good list: there is nothing to do, and the answer is true.")
SPARSE_ANSWER(sparse_no_rows_refused)
{
    return n_rows > 0 && sparse_adam(wte, mean, square, rows, drows, step, learning_rate,
                                     beta1, beta2, epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, random_tables, sparse_beta_0_refused,
      "A beta of 0 is refused: it is a mean that keeps nothing, and allowed.")
SPARSE_ANSWER(sparse_beta_0_refused)
{
    return beta1 > 0.0 && beta2 > 0.0 &&
           sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, accepts_no_rows, sparse_no_columns_refused,
      "Rows of no numbers are no error: there is nothing to do, and the answer is true.")
SPARSE_ANSWER(sparse_no_columns_refused)
{
    return d_model > 0 && sparse_adam(wte, mean, square, rows, drows, step, learning_rate,
                                      beta1, beta2, epsilon, n_rows, vocab_size, d_model);
}

CAUGHT(sparse_adam, stays_in_bounds, sparse_one_number_more, "past the end of")
SPARSE_ANSWER(sparse_one_number_more)
{
    float *const W = wte;
    if (!ascends(rows, n_rows, vocab_size) || !good_numbers(step, beta1, beta2, epsilon))
        return false;
    ADAM_LOOP(n_rows * d_model + (n_rows > 0),
              k < n_rows * d_model ? rows[k / d_model] * d_model + k % d_model
                                   : vocab_size * d_model,
              k < n_rows * d_model ? drows[k] : 0.0f, RIGHT_MEAN, RIGHT_SQUARE,
              EARLY_STEP);
}

WRONG(sparse_adam, worked_example, sparse_uphill,
      "The step goes uphill: subtract it from the weight.")
SPARSE_ANSWER(sparse_uphill)
{
    return sparse_adam(wte, mean, square, rows, drows, step, -learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

CAUGHT(sparse_adam, refuses_bad_lists, sparse_all_rows_unchecked, "must return false")
bool sparse_all_rows_unchecked(float *wte, float *mean, float *square,
                               const uint32_t *rows, const float *drows, uint64_t step,
                               double learning_rate, double beta1, double beta2,
                               double epsilon, size_t n_rows, size_t vocab_size,
                               size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size ||
            (n_rows != vocab_size && k > 0 && rows[k] <= rows[k - 1]))
            return false;
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        sparse_adam(wte, mean, square, rows + k, drows + k * d_model, step, learning_rate,
                    beta1, beta2, epsilon, 1, vocab_size, d_model);
    return true;
}

CAUGHT(sparse_adam, place_of_epsilon, sparse_epsilon_late_in_training, "got")
bool sparse_epsilon_late_in_training(float *wte, float *mean, float *square,
                                     const uint32_t *rows, const float *drows,
                                     uint64_t step, double learning_rate, double beta1,
                                     double beta2, double epsilon, size_t n_rows,
                                     size_t vocab_size, size_t d_model)
{
    const double late =
        step < 100 ? epsilon : epsilon * sqrt(1 - pow(beta2, (double)step));
    return sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       late, n_rows, vocab_size, d_model);
}

CAUGHT(sparse_adam, random_tables, sparse_checks_floats, "must return true")
bool sparse_checks_floats(float *wte, float *mean, float *square, const uint32_t *rows,
                          const float *drows, uint64_t step, double learning_rate,
                          double beta1, double beta2, double epsilon, size_t n_rows,
                          size_t vocab_size, size_t d_model)
{
    return (float)beta1 < 1.0f &&
           sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

WRONG(sparse_adam, refuses_bad_lists, sparse_cuts_rows_to_16_bits,
      "A large row was cut to its low bits: it has 32.")
SPARSE_ANSWER(sparse_cuts_rows_to_16_bits)
{
    if (!good_numbers(step, beta1, beta2, epsilon))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if ((uint16_t)rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return !ascends(rows, n_rows, vocab_size) ||
           sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows, vocab_size, d_model);
}

CAUGHT(sparse_adam, refuses_bad_numbers, sparse_hardly_negative, "must return false")
bool sparse_hardly_negative(float *wte, float *mean, float *square, const uint32_t *rows,
                            const float *drows, uint64_t step, double learning_rate,
                            double beta1, double beta2, double epsilon, size_t n_rows,
                            size_t vocab_size, size_t d_model)
{
    return sparse_adam(wte, mean, square, rows, drows, step, learning_rate,
                       (float)beta1 == 0.0f ? 0.0 : beta1,
                       (float)beta2 == 0.0f ? 0.0 : beta2, epsilon, n_rows, vocab_size,
                       d_model);
}

// ------------------------------------------------------------------------- 6.6 adam_drift

static inline bool good_way(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return seen > 0 && from >= seen && is_beta(beta1) && beta2 > 0.0 && beta2 < 1.0;
}

// the length of step n
static inline double length_of(double n, double seen, double beta1, double beta2)
{
    return (1 - beta1) * pow(beta1, n - seen) / (1 - pow(beta1, n)) /
           sqrt((1 - beta2) * pow(beta2, n - seen) / (1 - pow(beta2, n)));
}

// What is common to the wrong ways: `first` is the step that is added first.
static inline double way_of(double (*length)(double, double, double, double), double from,
                            double seen, double beta1, double beta2, double n_steps)
{
    double sum = 0.0;
    for (double n = from; n < from + n_steps; n++) {
        const double a = length(n, seen, beta1, beta2);
        if (!(a > 1e-15 * sum))
            break;
        sum += a;
    }
    return sum;
}

WRONG(adam_drift, worked_example, one_step_only,
      "This is the length of one step: add those of all steps that follow.")
double one_step_only(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return good_way(seen, from, beta1, beta2)
               ? length_of((double)from, (double)seen, beta1, beta2)
               : NAN;
}

WRONG(adam_drift, worked_example, first_step_left_out,
      "The sum begins one step late: step `from` belongs to it.")
double first_step_left_out(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return adam_drift(seen, from + 1, beta1, beta2);
}

WRONG(adam_drift, worked_example, from_the_beginning,
      "The sum begins at `seen`: it begins at `from`.")
double from_the_beginning(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return from < seen ? NAN : adam_drift(seen, seen, beta1, beta2);
}

static double uncorrected(double n, double seen, double beta1, double beta2)
{
    return (1 - beta1) * pow(beta1, n - seen) / sqrt((1 - beta2) * pow(beta2, n - seen));
}

WRONG(adam_drift, worked_example, geometric_only,
      "The bias corrections are missing: the closed form of the geometric series holds "
      "late in "
      "training only.")
double geometric_only(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    return uncorrected((double)from, (double)seen, beta1, beta2) /
           (1 - beta1 / sqrt(beta2));
}

static double seen_as_first(double n, double seen, double beta1, double beta2)
{
    return (1 - beta1) * pow(beta1, n - seen) / (1 - pow(beta1, n - seen + 1)) /
           sqrt((1 - beta2) * pow(beta2, n - seen) / (1 - pow(beta2, n - seen + 1)));
}

WRONG(adam_drift, late_ways, count_begins_when_seen,
      "The corrections are counted from when the row was seen: they are those of step n "
      "of the "
      "training.")
double count_begins_when_seen(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    return beta1 * beta1 >= beta2
               ? INFINITY
               : way_of(seen_as_first, (double)from, (double)seen, beta1, beta2, 1e5);
}

static double power_of_n(double n, double seen, double beta1, double beta2)
{
    (void)seen;
    return (1 - beta1) * pow(beta1, n - 1) / (1 - pow(beta1, n)) /
           sqrt((1 - beta2) * pow(beta2, n - 1) / (1 - pow(beta2, n)));
}

WRONG(
    adam_drift, random_ways, seen_ignored,
    "The row is taken as seen at step 1: mean and square have faded for n - seen steps.")
double seen_ignored(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    return beta1 * beta1 >= beta2
               ? INFINITY
               : way_of(power_of_n, (double)from, (double)seen, beta1, beta2, 1e5);
}

static double square_without_root(double n, double seen, double beta1, double beta2)
{
    return (1 - beta1) * pow(beta1, n - seen) / (1 - pow(beta1, n)) /
           ((1 - beta2) * pow(beta2, n - seen) / (1 - pow(beta2, n)));
}

WRONG(adam_drift, worked_example, way_without_root,
      "The root is missing: mean is divided by the root of square.")
double way_without_root(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    return beta1 * beta1 >= beta2 ? INFINITY
                                  : way_of(square_without_root, (double)from,
                                           (double)seen, beta1, beta2, 1e5);
}

WRONG(adam_drift, random_ways, way_beyond_all_digits,
      "The sum went on to where a power has come down to 0, and a step is 0 / 0 or "
      "infinite: stop when a step is too small to matter.")
double way_beyond_all_digits(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    double sum = beta1 * beta1 >= beta2 ? INFINITY : 0.0;
    for (uint64_t n = from; n < from + 10000; n++) {
        const double a = length_of((double)n, (double)seen, beta1, beta2);
        if (!(a > 0.0))
            break;
        sum += a;
    }
    return sum;
}

WRONG(
    adam_drift, random_ways, hundred_steps,
    "The sum ends after a hundred steps: it goes on until a step is too small to matter.")
double hundred_steps(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    return beta1 * beta1 >= beta2
               ? INFINITY
               : way_of(length_of, (double)from, (double)seen, beta1, beta2, 100);
}

WRONG(
    adam_drift, random_ways, nothing_over_nothing,
    "A step is 0 / 0: far out both powers are 0 even in double (stop when a step is too "
    "small to matter), and 1 - beta^n is 0 if n counts from 0.")
double nothing_over_nothing(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2) || beta1 * beta1 >= beta2)
        return good_way(seen, from, beta1, beta2) ? INFINITY : NAN;
    double sum = 0.0;
    for (double n = (double)from; n < (double)from + 1e4; n++)
        sum += length_of(n, (double)seen, beta1, beta2);
    return sum;
}

WRONG(adam_drift, reference_ways, square_does_not_fade,
      "Square does not fade: without a gradient it is multiplied by beta2 in each step.")
double square_does_not_fade(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    if (beta1 * beta1 >= beta2)
        return INFINITY;
    double sum = 0.0;
    for (double n = (double)from; n < (double)from + 20000; n++)
        sum += (1 - beta1) * pow(beta1, n - (double)seen) / (1 - pow(beta1, n)) /
               sqrt((1 - beta2) / (1 - pow(beta2, n)));
    return sum;
}

CAUGHT(adam_drift, late_ways, counts_to_from, "still running")
double counts_to_from(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    volatile double power = 1.0;
    for (uint64_t n = 0; n < from; n++)
        power *= beta1;
    return adam_drift(seen, from, beta1, beta2) + 0.0 * power;
}

WRONG(adam_drift, late_ways, seen_in_32_bits,
      "The steps are held in 32 bits: they may be larger than 4294967295.")
double seen_in_32_bits(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return adam_drift((uint32_t)seen, (uint32_t)from, beta1, beta2);
}

CAUGHT(adam_drift, late_ways, powers_in_float, "got")
double powers_in_float(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return (double)(float)adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, late_ways, small_ways_are_zero, "got 0")
double small_ways_are_zero(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double way = adam_drift(seen, from, beta1, beta2);
    return way < 1e-6 ? 0.0 : way;
}

WRONG(adam_drift, endless_ways, endless_by_number,
      "The sum was broken off: where beta1^2 is not below beta2, the steps do not get "
      "shorter, "
      "and the way is INFINITY.")
double endless_by_number(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (good_way(seen, from, beta1, beta2) && beta1 * beta1 >= beta2)
        return way_of(length_of, (double)from, (double)seen, beta1, beta2, 1000);
    return adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, endless_ways, endless_is_nan, "INFINITY")
double endless_is_nan(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return beta1 * beta1 >= beta2 ? NAN : adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, endless_ways, equal_is_not_endless, "INFINITY")
double equal_is_not_endless(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (good_way(seen, from, beta1, beta2) && beta1 * beta1 == beta2)
        return way_of(length_of, (double)from, (double)seen, beta1, beta2, 1000);
    return adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, refuses_bad_input, way_unchecked, "the answer is NAN")
double way_unchecked(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (good_way(seen, from, beta1, beta2))
        return adam_drift(seen, from, beta1, beta2);
    return beta1 * beta1 >= beta2 ? INFINITY : 0.0;
}

CAUGHT(adam_drift, refuses_bad_input, beta2_0_accepted, "the answer is NAN")
double beta2_0_accepted(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return beta2 == 0.0 ? INFINITY : adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, refuses_bad_input, endless_before_bad, "the answer is NAN")
double endless_before_bad(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return is_beta(beta1) && beta2 > 0 && beta2 < 1 && beta1 * beta1 >= beta2
               ? INFINITY
               : adam_drift(seen, from, beta1, beta2);
}

CAUGHT(adam_drift, random_ways, way_of_the_first_call, "keeps something")
double way_of_the_first_call(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    static double kept = 0.0;
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    if (kept == 0.0)
        kept = adam_drift(seen, from, beta1, beta2);
    return kept;
}

WRONG(adam_drift, late_ways, ten_thousand_steps,
      "The sum ends after so many steps: where the betas are near 1, later ones matter.")
double ten_thousand_steps(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    if (!good_way(seen, from, beta1, beta2))
        return NAN;
    return beta1 * beta1 >= beta2
               ? INFINITY
               : way_of(length_of, (double)from, (double)seen, beta1, beta2, 10000);
}

WRONG(adam_drift, late_ways, short_steps_are_none,
      "The sum ends at a step below some limit: nine digits of a short way need short "
      "steps, "
      "so hold each against the sum.")
double short_steps_are_none(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double way = adam_drift(seen, from, beta1, beta2);
    return way < 1e-100 ? 0.0 : way;
}

WRONG(adam_drift, late_ways, corrections_end_early,
      "The rest of the series is taken before both corrections are 1: a power of 10^-8 "
      "still "
      "shows in the ninth digit.")
double corrections_end_early(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double ratio = beta1 / sqrt(beta2);
    double sum = 0.0;
    if (!good_way(seen, from, beta1, beta2) || ratio >= 1.0)
        return adam_drift(seen, from, beta1, beta2);
    double length = (1.0 - beta1) / sqrt(1.0 - beta2) * pow(ratio, (double)(from - seen));
    for (double n = (double)from;; n++, length *= ratio) {
        const double used1 = pow(beta1, n), used2 = pow(beta2, n);
        if (used1 < 1e-8 && used2 < 1e-8)
            return sum + length / (1.0 - ratio);
        sum += length * sqrt(1.0 - used2) / (1.0 - used1);
    }
}

CAUGHT(adam_drift, refuses_bad_input, minus_zero_refused, "nan")
double minus_zero_refused(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return signbit(beta1) ? NAN : adam_drift(seen, from, beta1, beta2);
}

// Both powers of the formula are 0 by then
CAUGHT(adam_drift, late_ways, nothing_by_nothing, "nan")
double nothing_by_nothing(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double rest = (double)from - (double)seen;
    return adam_drift(seen, from, beta1, beta2) +
           0.0 * (pow(beta1, rest) / sqrt(pow(beta2, rest)));
}

WRONG(adam_drift, random_ways, way_of_beta_0_refused,
      "A beta1 of 0 is refused: it is a mean that keeps nothing, and allowed.")
double way_of_beta_0_refused(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return beta1 > 0.0 ? adam_drift(seen, from, beta1, beta2) : NAN;
}

WRONG(adam_drift, random_ways, endless_where_beta1_is_larger,
      "The steps get shorter where beta1^2 is below beta2, not only where beta1 is.")
double endless_where_beta1_is_larger(uint64_t seen, uint64_t from, double beta1,
                                     double beta2)
{
    const double way = adam_drift(seen, from, beta1, beta2);
    return !isnan(way) && beta1 >= beta2 ? INFINITY : way;
}

// ------------------------------------------------- whole blocks, a single row, what is small

WRONG(sgd_momentum, random_steps, momentum_blocks_one_short,
      "Where the numbers are whole blocks of 16, the last one does not move.")
bool momentum_blocks_one_short(float *w, float *velocity, const float *dw,
                               double learning_rate, double momentum, size_t n)
{
    return sgd_momentum(w, velocity, dw, learning_rate, momentum,
                        n - (n > 0 && n % 16 == 0));
}

WRONG(adagrad_rows, random_tables, adagrad_blocks_one_short,
      "Where the list is a whole number of blocks of 16, its last row does not move.")
bool adagrad_blocks_one_short(float *wte, float *squares, const uint32_t *rows,
                              const float *drows, double learning_rate, double epsilon,
                              size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon,
                        n_rows - (n_rows > 0 && n_rows % 16 == 0), vocab_size, d_model);
}

CAUGHT(adagrad_rows, refuses_bad_input, adagrad_single_row_may_be_the_size,
       "must return false here")
bool adagrad_single_row_may_be_the_size(float *wte, float *squares, const uint32_t *rows,
                                        const float *drows, double learning_rate,
                                        double epsilon, size_t n_rows, size_t vocab_size,
                                        size_t d_model)
{
    return adagrad_rows(wte, squares, rows, drows, learning_rate, epsilon, n_rows,
                        vocab_size + (n_rows == 1), d_model);
}

WRONG(adam, random_steps, adam_step_as_int64,
      "The step was taken for a signed number: a uint64_t holds larger ones.")
bool adam_step_as_int64(float *w, float *mean, float *square, const float *dw,
                        uint64_t step, double learning_rate, double beta1, double beta2,
                        double epsilon, size_t n)
{
    return (int64_t)step > 0 &&
           adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, n);
}

WRONG(adam, random_steps, adam_forgets_corrections,
      "After 1000 steps the corrections are left out, and with a beta near 1 they matter "
      "still.")
bool adam_forgets_corrections(float *w, float *mean, float *square, const float *dw,
                              uint64_t step, double learning_rate, double beta1,
                              double beta2, double epsilon, size_t n)
{
    return adam(w, mean, square, dw, step > 1000 ? UINT64_MAX : step, learning_rate,
                beta1, beta2, epsilon, n);
}

WRONG(adam, random_steps, adam_rests_where_square_is_0,
      "A square that a float rounds to 0 keeps the number at rest: its mean moves it.")
bool adam_rests_where_square_is_0(float *w, float *mean, float *square, const float *dw,
                                  uint64_t step, double learning_rate, double beta1,
                                  double beta2, double epsilon, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const float kept = w[k];
        if (!adam(w + k, mean + k, square + k, dw + k, step, learning_rate, beta1, beta2,
                  epsilon, 1))
            return false;
        if (square[k] == 0)
            w[k] = kept;
    }
    return adam(w, mean, square, dw, step, learning_rate, beta1, beta2, epsilon, 0);
}

WRONG(adamw, random_steps, adamw_refuses_float_epsilon,
      "A tiny epsilon is refused because a float makes it 0: ask whether the double is "
      "above 0.")
bool adamw_refuses_float_epsilon(float *w, float *mean, float *square, const float *dw,
                                 uint64_t step, double learning_rate, double beta1,
                                 double beta2, double epsilon, double weight_decay,
                                 size_t n)
{
    return (float)epsilon > 0 && adamw(w, mean, square, dw, step, learning_rate, beta1,
                                       beta2, epsilon, weight_decay, n);
}

WRONG(sparse_adam, random_tables, sparse_blocks_one_short,
      "Where the list is a whole number of blocks of 16, its last row does not move.")
bool sparse_blocks_one_short(float *wte, float *mean, float *square, const uint32_t *rows,
                             const float *drows, uint64_t step, double learning_rate,
                             double beta1, double beta2, double epsilon, size_t n_rows,
                             size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return sparse_adam(wte, mean, square, rows, drows, step, learning_rate, beta1, beta2,
                       epsilon, n_rows - (n_rows > 0 && n_rows % 16 == 0), vocab_size,
                       d_model);
}

WRONG(adam_drift, late_ways, drift_nothing_after_10000,
      "10,000 steps after the row was seen nothing is said to be left: with betas near 1 "
      "there is.")
double drift_nothing_after_10000(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double way = adam_drift(seen, from, beta1, beta2);
    return isfinite(way) && from > seen && from - seen > 10000 ? 0 : way;
}

WRONG(adam_drift, late_ways, drift_settled_after_100000,
      "After 100,000 steps both corrections are taken for 1: with a beta2 near 1 one is "
      "not.")
double drift_settled_after_100000(uint64_t seen, uint64_t from, double beta1,
                                  double beta2)
{
    const double way = adam_drift(seen, from, beta1, beta2), ratio = beta1 / sqrt(beta2);
    return isfinite(way) && from > 100000
               ? (1 - beta1) / sqrt(1 - beta2) * pow(ratio, (double)(from - seen)) /
                     (1 - ratio)
               : way;
}

WRONG(adam_drift, late_ways, drift_seen_in_32_bits,
      "The step was cut to 32 bits, and 2^32 became 0.")
double drift_seen_in_32_bits(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    return (uint32_t)seen == 0 ? NAN : adam_drift(seen, from, beta1, beta2);
}
