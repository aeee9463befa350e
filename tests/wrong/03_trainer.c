// Wrong answers to the exercises of chapter 3, each as somebody really writes it, or what
// comes to the same.
//
// See tests/judge/answers.h: the test that must fail, the answer's name, and what the
// message must say. All of them are compiled together, beside the solution: an exercise
// that is called by its own name is right.
#include <float.h>
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

static int by_id(const void *a, const void *b)
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

// ----------------------------------------------------------- 3.1 softmax_cross_entropy

#define SOFTMAX(name)                                                                    \
    float name(float *dlogits, const float *logits, const uint32_t *targets,             \
               size_t n_tokens, size_t vocab_size)
#define RIGHT_SOFTMAX                                                                    \
    softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size)

// Every slope times `factor`, if the batch was good.
static float scale_slopes(float loss, float *dlogits, size_t n, double factor)
{
    for (size_t k = 0; k < n && !isnan(loss); k++)
        dlogits[k] = (float)((double)dlogits[k] * factor);
    return loss;
}

// Adds `change` to the slope of each target, if the batch was good.
static float change_targets(float loss, float *dlogits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size, float change)
{
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++)
        dlogits[t * vocab_size + targets[t]] += change;
    return loss;
}

// e^(z - shift) of a row, and their sum
static double exponentials(float *e, const float *z, float shift, size_t n)
{
    double total = 0.0;
    for (size_t v = 0; v < n; v++)
        total += (double)(e[v] = expf(z[v] - shift));
    return total;
}

// p, divided by n_tokens, less 1 / n_tokens at the target
static void slopes_of_row(float *d, double total, uint32_t target, size_t n_tokens,
                          size_t n)
{
    for (size_t v = 0; v < n; v++)
        d[v] = (float)((double)d[v] / (total * (double)n_tokens));
    d[target] -= 1.0f / (float)n_tokens;
}

// All of it, with `shift` in place of each row's largest logit.
static float softmax_shifted(float *dlogits, const float *logits, const uint32_t *targets,
                             size_t n_tokens, size_t vocab_size, float least)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        const float largest = largest_of(z, vocab_size),
                    shift = largest > least ? largest : least;
        const double total = exponentials(dlogits + t * vocab_size, z, shift, vocab_size);
        slopes_of_row(dlogits + t * vocab_size, total, targets[t], n_tokens, vocab_size);
        loss += (double)shift - (double)target_logit + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, random_logits, softmax_no_mean_in_slopes,
      "This is not divided by n_tokens: the loss is a mean.")
SOFTMAX(softmax_no_mean_in_slopes)
{
    return scale_slopes(RIGHT_SOFTMAX, dlogits, n_tokens * vocab_size, (double)n_tokens);
}

WRONG(softmax_cross_entropy, matches_slopes, softmax_sum_of_losses,
      "This is the sum of the rows' losses: the loss is their mean.")
SOFTMAX(softmax_sum_of_losses)
{
    return RIGHT_SOFTMAX * (float)n_tokens;
}

WRONG(softmax_cross_entropy, random_logits, softmax_sums_everywhere,
      "This is the sum of the rows' losses: the loss is their mean.")
SOFTMAX(softmax_sums_everywhere)
{
    return (float)n_tokens *
           scale_slopes(RIGHT_SOFTMAX, dlogits, n_tokens * vocab_size, (double)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_negative_loss,
      "The sign is turned round: the loss is -ln p, and p is below 1.")
SOFTMAX(softmax_negative_loss)
{
    return -RIGHT_SOFTMAX;
}

WRONG(softmax_cross_entropy, reference, softmax_one_off_all,
      "1 is subtracted everywhere: it is only at the target.")
SOFTMAX(softmax_one_off_all)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++)
        for (size_t v = 0; v < vocab_size; v++)
            dlogits[t * vocab_size + v] -=
                v == targets[t] ? 0.0f : 1.0f / (float)n_tokens;
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_in_bits,
      "This is in bits: use the natural logarithm, log().")
SOFTMAX(softmax_in_bits)
{
    return RIGHT_SOFTMAX / logf(2.0f);
}

WRONG(softmax_cross_entropy, reference, softmax_probability,
      "This is the probability, not -ln of it.")
SOFTMAX(softmax_probability)
{
    double mean = 0.0;
    const float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++)
        mean += (double)dlogits[t * vocab_size + targets[t]];
    return isnan(loss) ? NAN : (float)(mean + 1.0);
}

// The loss of one row of the batch, by itself.
static double loss_of_row(const float *z, uint32_t target, size_t n)
{
    double total = 0.0;
    const float largest = largest_of(z, n);
    for (size_t v = 0; v < n; v++)
        total += exp((double)z[v] - (double)largest);
    return (double)largest - (double)z[target] + log(total);
}

WRONG(softmax_cross_entropy, reference, softmax_largest_not_added,
      "The largest logit was taken away before the exponentials, and is not added to the "
      "loss again.")
SOFTMAX(softmax_largest_not_added)
{
    double largest = 0.0;
    for (size_t t = 0; t < n_tokens && vocab_size > 0; t++)
        largest += (double)largest_of(logits + t * vocab_size, vocab_size);
    return RIGHT_SOFTMAX - (float)(largest / (double)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_last_row,
      "This is the loss of the last row only.")
SOFTMAX(softmax_last_row)
{
    if (isnan(RIGHT_SOFTMAX))
        return NAN;
    return (float)loss_of_row(logits + (n_tokens - 1) * vocab_size, targets[n_tokens - 1],
                              vocab_size);
}

WRONG(softmax_cross_entropy, reference, softmax_last_row_of_n,
      "This is the loss of the last row only.")
SOFTMAX(softmax_last_row_of_n)
{
    return softmax_last_row(dlogits, logits, targets, n_tokens, vocab_size) /
           (float)n_tokens;
}

WRONG(softmax_cross_entropy, reference, softmax_loss_by_words,
      "The sum is divided by vocab_size: the mean is over the n_tokens rows.")
SOFTMAX(softmax_loss_by_words)
{
    return RIGHT_SOFTMAX * (float)n_tokens / (float)vocab_size;
}

WRONG(softmax_cross_entropy, reference, softmax_slopes_by_words,
      "This is divided by vocab_size: the mean is over the n_tokens rows.")
SOFTMAX(softmax_slopes_by_words)
{
    return scale_slopes(RIGHT_SOFTMAX, dlogits, n_tokens * vocab_size,
                        (double)n_tokens / (double)vocab_size);
}

WRONG(softmax_cross_entropy, reference, softmax_divided_twice,
      "This is divided by n_tokens twice.")
SOFTMAX(softmax_divided_twice)
{
    return scale_slopes(RIGHT_SOFTMAX, dlogits, n_tokens * vocab_size,
                        1.0 / (double)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_sign,
      "The sign is turned round: p - [v == target].")
SOFTMAX(softmax_sign)
{
    return scale_slopes(RIGHT_SOFTMAX, dlogits, n_tokens * vocab_size, -1.0);
}

WRONG(softmax_cross_entropy, reference, softmax_no_target,
      "The 1 of the target is not subtracted: p - [v == target].")
SOFTMAX(softmax_no_target)
{
    return change_targets(RIGHT_SOFTMAX, dlogits, targets, n_tokens, vocab_size,
                          1.0f / (float)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_plain_p,
      "The 1 of the target is not subtracted, and the mean is missing.")
SOFTMAX(softmax_plain_p)
{
    float loss = softmax_no_target(dlogits, logits, targets, n_tokens, vocab_size);
    return scale_slopes(loss, dlogits, n_tokens * vocab_size, (double)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_target_added,
      "At the target 1 / n_tokens is added: it is subtracted.")
SOFTMAX(softmax_target_added)
{
    return change_targets(RIGHT_SOFTMAX, dlogits, targets, n_tokens, vocab_size,
                          2.0f / (float)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_whole_one_at_target,
      "At the target subtract 1 / n_tokens: its 1 is divided too.")
SOFTMAX(softmax_whole_one_at_target)
{
    return change_targets(RIGHT_SOFTMAX, dlogits, targets, n_tokens, vocab_size,
                          1.0f / (float)n_tokens - 1.0f);
}

WRONG(softmax_cross_entropy, reference, softmax_part_of_one_at_target,
      "At the target 1 / n_tokens is subtracted from a p that is not divided by "
      "n_tokens.")
SOFTMAX(softmax_part_of_one_at_target)
{
    float loss = softmax_plain_p(dlogits, logits, targets, n_tokens, vocab_size);
    return change_targets(loss, dlogits, targets, n_tokens, vocab_size,
                          -1.0f / (float)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_target_only,
      "Only the target's slope is there: the other words have p / n_tokens.")
SOFTMAX(softmax_target_only)
{
    float loss = RIGHT_SOFTMAX;
    for (size_t k = 0; k < n_tokens * vocab_size && !isnan(loss); k++)
        if (k % vocab_size != targets[k / vocab_size])
            dlogits[k] = 0.0f;
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_first_target,
      "Every row has the target of row 0: row t has targets[t].")
SOFTMAX(softmax_first_target)
{
    float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++) {
        dlogits[t * vocab_size + targets[t]] += 1.0f / (float)n_tokens;
        dlogits[t * vocab_size + targets[0]] -= 1.0f / (float)n_tokens;
    }
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_not_divided,
      "The exponentials are not divided by their sum.")
SOFTMAX(softmax_not_divided)
{
    float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++) {
        exponentials(dlogits + t * vocab_size, logits + t * vocab_size,
                     largest_of(logits + t * vocab_size, vocab_size), vocab_size);
        slopes_of_row(dlogits + t * vocab_size, 1.0, targets[t], n_tokens, vocab_size);
    }
    return loss;
}

// slopes whose softmax runs over `n` numbers that are `stride` apart
static void softmax_along(float *dlogits, const float *logits, size_t n, size_t stride)
{
    double total = 0.0;
    for (size_t k = 0; k < n; k++)
        total += exp((double)logits[k * stride]);
    for (size_t k = 0; k < n; k++)
        dlogits[k * stride] = (float)(exp((double)logits[k * stride]) / total);
}

static void from_p_to_slopes(float *dlogits, const uint32_t *targets, size_t n_tokens,
                             size_t vocab_size)
{
    scale_slopes(0.0f, dlogits, n_tokens * vocab_size, 1.0 / (double)n_tokens);
    change_targets(0.0f, dlogits, targets, n_tokens, vocab_size, -1.0f / (float)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_over_the_batch,
      "The softmax runs over the whole batch: each row has its own sum.")
SOFTMAX(softmax_over_the_batch)
{
    float loss = RIGHT_SOFTMAX;
    if (isnan(loss))
        return NAN;
    softmax_along(dlogits, logits, n_tokens * vocab_size, 1);
    from_p_to_slopes(dlogits, targets, n_tokens, vocab_size);
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_down_the_columns,
      "The softmax runs down the columns: each row has its own sum.")
SOFTMAX(softmax_down_the_columns)
{
    float loss = RIGHT_SOFTMAX;
    for (size_t v = 0; v < vocab_size && !isnan(loss); v++)
        softmax_along(dlogits + v, logits + v, n_tokens, vocab_size);
    if (!isnan(loss))
        from_p_to_slopes(dlogits, targets, n_tokens, vocab_size);
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_sum_runs_on,
      "The sum of the exponentials is not set back to 0 for each row.")
SOFTMAX(softmax_sum_runs_on)
{
    double loss = 0.0, total = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        float *d = dlogits + t * vocab_size, largest = largest_of(z, vocab_size);
        total += exponentials(d, z, largest, vocab_size);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_but_the_last,
      "The search for the largest logit leaves out the last one.")
SOFTMAX(softmax_largest_but_the_last)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        const float largest = largest_of(z, vocab_size > 1 ? vocab_size - 1 : 1);
        double total = exponentials(dlogits + t * vocab_size, z, largest, vocab_size);
        slopes_of_row(dlogits + t * vocab_size, total, targets[t], n_tokens, vocab_size);
        loss += (double)largest - (double)target_logit + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

// The loss and the slopes, with `shift` taken away from each row.
static double row_shifted(float *d, const float *z, float shift, uint32_t target,
                          size_t n_tokens, size_t n)
{
    const float target_logit = z[target];
    const double total = exponentials(d, z, shift, n);
    slopes_of_row(d, total, target, n_tokens, n);
    return (double)shift - (double)target_logit + log(total);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_size,
      "The largest size is taken away: the largest logit has its sign, and any negative "
      "one is smaller.")
SOFTMAX(softmax_largest_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        float largest = 0.0f;
        for (size_t v = 0; v < vocab_size; v++)
            largest = fmaxf(largest, fabsf(logits[t * vocab_size + v]));
        loss += row_shifted(dlogits + t * vocab_size, logits + t * vocab_size, largest,
                            targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_first_taken_away,
      "A logit is taken away that is not the largest of its row: e^ of the largest is "
      "infinite then.")
SOFTMAX(softmax_first_taken_away)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        loss += row_shifted(dlogits + t * vocab_size, logits + t * vocab_size,
                            logits[t * vocab_size], targets[t], n_tokens, vocab_size);
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_mean_taken_away,
      "The mean of the logits is taken away, not the largest: e^ of the largest is "
      "infinite then.")
SOFTMAX(softmax_mean_taken_away)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        double sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += (double)logits[t * vocab_size + v];
        loss += row_shifted(dlogits + t * vocab_size, logits + t * vocab_size,
                            (float)(sum / (double)vocab_size), targets[t], n_tokens,
                            vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_from_zero,
      "The search for the largest logit starts at a number that may be larger than "
      "all of them: start at the first logit of the row.")
SOFTMAX(softmax_largest_from_zero)
{
    return softmax_shifted(dlogits, logits, targets, n_tokens, vocab_size, 0.0f);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_no_max,
      "e^1000 is infinite, and e^-1000 is 0. Take the largest logit of the row away "
      "before the exponential.")
SOFTMAX(softmax_no_max)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        double total = exponentials(dlogits + t * vocab_size, z, 0.0f, vocab_size);
        slopes_of_row(dlogits + t * vocab_size, total, targets[t], n_tokens, vocab_size);
        loss += log(total) - (double)target_logit;
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_no_max_log_of_p,
      "e^1000 is infinite, and e^-1000 is 0. Take the largest logit of the row away "
      "before the exponential.")
SOFTMAX(softmax_no_max_log_of_p)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        float *d = dlogits + t * vocab_size;
        double total = exponentials(d, logits + t * vocab_size, 0.0f, vocab_size);
        loss -= log((double)d[targets[t]] / total);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_log_of_p,
      "The loss is infinite: the logarithm of a probability that was rounded to 0. "
      "Use largest - logit of the target + ln of the sum.")
SOFTMAX(softmax_log_of_p)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        float *d = dlogits + t * vocab_size;
        const float *z = logits + t * vocab_size;
        double total = exponentials(d, z, largest_of(z, vocab_size), vocab_size);
        loss -= log((double)d[targets[t]] / total);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

// -ln of a probability that is not allowed to be smaller than `least`, or gets `more`
static float guarded_loss(const float *logits, const uint32_t *targets, size_t n_tokens,
                          size_t vocab_size, double least, double more)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        double p = exp(-loss_of_row(logits + t * vocab_size, targets[t], vocab_size));
        loss -= log((p > least ? p : least) + more);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_adds_epsilon,
      "A small number was added to the probability, to keep its logarithm finite: "
      "the loss has no such bound. Use largest - logit of the target + ln of the sum.")
SOFTMAX(softmax_adds_epsilon)
{
    return isnan(RIGHT_SOFTMAX)
               ? NAN
               : guarded_loss(logits, targets, n_tokens, vocab_size, 0.0, 1e-9);
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_bounds_p, "wanted 200")
SOFTMAX(softmax_bounds_p)
{
    return isnan(RIGHT_SOFTMAX)
               ? NAN
               : guarded_loss(logits, targets, n_tokens, vocab_size, 1e-12, 0.0);
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_small_losses_cut, "the loss: got 0")
SOFTMAX(softmax_small_losses_cut)
{
    const float loss = RIGHT_SOFTMAX;
    return loss < 1e-4f ? 0.0f : loss;
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_loss_at_most_100, "wanted 200")
SOFTMAX(softmax_loss_at_most_100)
{
    const float loss = RIGHT_SOFTMAX;
    return loss > 100.0f ? 100.0f : loss;
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_from_minus_10000,
      "The search for the largest logit starts at a number that may be larger than "
      "all of them: start at the first logit of the row.")
SOFTMAX(softmax_largest_from_minus_10000)
{
    return softmax_shifted(dlogits, logits, targets, n_tokens, vocab_size, -10000.0f);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_from_minus_1e9,
      "The search for the largest logit starts at a number that may be larger than "
      "all of them: start at the first logit of the row.")
SOFTMAX(softmax_largest_from_minus_1e9)
{
    return softmax_shifted(dlogits, logits, targets, n_tokens, vocab_size, -1e9f);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_largest_of_the_batch,
      "The largest logit of the whole batch is taken away: each row has its own.")
SOFTMAX(softmax_largest_of_the_batch)
{
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    return softmax_shifted(dlogits, logits, targets, n_tokens, vocab_size,
                           largest_of(logits, n_tokens * vocab_size));
}

WRONG(softmax_cross_entropy, no_overflow, softmax_small_shares_cut,
      "Small probabilities are made 0: there is no word that gets no order.")
SOFTMAX(softmax_small_shares_cut)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t k = 0; k < n_tokens * vocab_size && !isnan(loss); k++)
        if (fabsf(dlogits[k]) * (float)n_tokens < 1e-6f)
            dlogits[k] = 0.0f;
    return loss;
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_distances_cut, "dlogits[")
SOFTMAX(softmax_distances_cut)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t k = 0; k < n_tokens * vocab_size && !isnan(loss); k++) {
        const float *z = logits + k / vocab_size * vocab_size;
        if (z[k % vocab_size] < largest_of(z, vocab_size) - 50.0f)
            dlogits[k] = expf(-50.0f) / (float)n_tokens;
    }
    return loss;
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_smallest_floats_cut, "dlogits[")
SOFTMAX(softmax_smallest_floats_cut)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t k = 0; k < n_tokens * vocab_size && !isnan(loss); k++)
        if (fabsf(dlogits[k]) < 1e-30f)
            dlogits[k] = 0.0f;
    return loss;
}

WRONG(softmax_cross_entropy, large_sizes, softmax_total_in_float,
      "The exponentials of a row are added up in a float, beside whose 1 the small "
      "ones vanish: sum in double.")
SOFTMAX(softmax_total_in_float)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        float *d = dlogits + t * vocab_size, largest = largest_of(z, vocab_size);
        float total = 0.0f;
        for (size_t v = 0; v < vocab_size; v++)
            total += d[v] = expf(z[v] - largest);
        slopes_of_row(d, (double)total, targets[t], n_tokens, vocab_size);
        loss += (double)(largest - target_logit) + log((double)total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, large_sizes, softmax_loss_in_float,
      "The losses of the rows are added up in a float, and beside a large one the "
      "others vanish: sum in double.")
SOFTMAX(softmax_loss_in_float)
{
    float loss = 0.0f;
    if (isnan(RIGHT_SOFTMAX))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        loss += (float)loss_of_row(logits + t * vocab_size, targets[t], vocab_size);
    return loss / (float)n_tokens;
}

CAUGHT(softmax_cross_entropy, large_sizes, softmax_loss_in_float_backwards,
       "the loss: got")
SOFTMAX(softmax_loss_in_float_backwards)
{
    float loss = 0.0f;
    if (isnan(RIGHT_SOFTMAX))
        return NAN;
    for (size_t t = n_tokens; t-- > 0;)
        loss += (float)loss_of_row(logits + t * vocab_size, targets[t], vocab_size);
    return loss / (float)n_tokens;
}

WRONG(softmax_cross_entropy, large_sizes, softmax_first_4096_words,
      "Only the first words of a row are looked at: a vocabulary may be of any size.")
SOFTMAX(softmax_first_4096_words)
{
    const float loss = RIGHT_SOFTMAX;
    float kept[4096];
    for (size_t t = 0; t < n_tokens && !isnan(loss) && vocab_size > 4096; t++) {
        float *d = dlogits + t * vocab_size;
        const float *z = logits + t * vocab_size;
        double total = exponentials(kept, z, largest_of(z, vocab_size), 4096);
        slopes_of_row(kept, total, targets[t] % 4096, n_tokens, 4096);
        memcpy(d, kept, sizeof kept);
    }
    return loss;
}

CAUGHT(softmax_cross_entropy, large_sizes, softmax_4096_losses, "the loss: got")
SOFTMAX(softmax_4096_losses)
{
    const float loss = RIGHT_SOFTMAX;
    double sum = 0.0;
    for (size_t t = 0; t < n_tokens && t < 4096 && !isnan(loss); t++)
        sum += loss_of_row(logits + t * vocab_size, targets[t], vocab_size);
    return isnan(loss) ? NAN : (float)(sum / (double)n_tokens);
}

WRONG(softmax_cross_entropy, in_place, softmax_overwrites_logits,
      "The two may be the same array: read what you need of a row before you write "
      "over it.")
SOFTMAX(softmax_overwrites_logits)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size;
        const float largest = largest_of(z, vocab_size);
        double total = exponentials(d, z, largest, vocab_size);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
        loss += (double)largest - (double)z[targets[t]] + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, in_place, softmax_clears_first,
      "The two may be the same array: read what you need of a row before you write "
      "over it.")
SOFTMAX(softmax_clears_first)
{
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    memset(dlogits, 0, n_tokens * vocab_size * sizeof *dlogits);
    return RIGHT_SOFTMAX;
}

CAUGHT(softmax_cross_entropy, in_place, softmax_backup_of_a_row, "got")
SOFTMAX(softmax_backup_of_a_row)
{
    static float row[50257];
    const bool fits = vocab_size <= 50257;
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size;
        if (fits)
            z = memcpy(row, z, vocab_size * sizeof *z);
        const float largest = largest_of(z, vocab_size);
        double total = exponentials(d, z, largest, vocab_size);
        loss += (double)largest - (double)z[targets[t]] + log(total);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_target_unchecked,
       "must return NAN")
SOFTMAX(softmax_target_unchecked)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, target_logit = z[targets[t]];
        float *d = dlogits + t * vocab_size, largest = largest_of(z, vocab_size);
        double total = exponentials(d, z, largest, vocab_size);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_checks_late,
       "must stay untouched")
SOFTMAX(softmax_checks_late)
{
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size, largest = largest_of(z, vocab_size);
        if (targets[t] >= vocab_size)
            return NAN;
        const float target_logit = z[targets[t]];
        double total = exponentials(d, z, largest, vocab_size);
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
        loss += (double)(largest - target_logit) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_clears_then_checks,
       "must stay untouched")
SOFTMAX(softmax_clears_then_checks)
{
    for (size_t k = 0; k < n_tokens * vocab_size && dlogits != logits; k++)
        dlogits[k] = 0.0f;
    return RIGHT_SOFTMAX;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_no_tokens, "must return NAN")
SOFTMAX(softmax_no_tokens)
{
    return n_tokens == 0 ? 0.0f : RIGHT_SOFTMAX;
}

WRONG(softmax_cross_entropy, refuses_bad_input, softmax_skips_bad_targets,
      "A row with a bad target is left out: one bad target makes the whole call fail.")
SOFTMAX(softmax_skips_bad_targets)
{
    size_t n_good = 0;
    double loss = 0.0;
    if (n_tokens == 0 || vocab_size == 0)
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        float *d = dlogits + t * vocab_size;
        const float *z = logits + t * vocab_size;
        if (targets[t] >= vocab_size)
            continue;
        loss += loss_of_row(z, targets[t], vocab_size);
        slopes_of_row(d, exponentials(d, z, largest_of(z, vocab_size), vocab_size),
                      targets[t], n_tokens, vocab_size);
        n_good++;
    }
    return n_good > 0 ? (float)(loss / (double)n_good) : NAN;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_last_target_unchecked,
       "must return NAN")
SOFTMAX(softmax_last_target_unchecked)
{
    if (n_tokens == 0 || !ids_below(targets, n_tokens - 1, vocab_size) || vocab_size == 0)
        return NAN;
    return targets[n_tokens - 1] >= vocab_size ? 0.0f : RIGHT_SOFTMAX;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_checks_first_v,
       "must return NAN")
SOFTMAX(softmax_checks_first_v)
{
    const size_t n = n_tokens < vocab_size ? n_tokens : vocab_size;
    if (n == 0 || !ids_below(targets, n, vocab_size))
        return NAN;
    return ids_below(targets, n_tokens, vocab_size) ? RIGHT_SOFTMAX : 0.0f;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_signed_check, "must return NAN")
SOFTMAX(softmax_signed_check)
{
    bool bad = n_tokens == 0 || vocab_size == 0;
    for (size_t t = 0; t < n_tokens; t++)
        bad = bad || (int)targets[t] >= (int)vocab_size;
    return bad || ids_below(targets, n_tokens, vocab_size) ? RIGHT_SOFTMAX : 0.0f;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_up_to_v, "must return NAN")
SOFTMAX(softmax_up_to_v)
{
    if (n_tokens == 0 || vocab_size == 0 || !ids_below(targets, n_tokens, vocab_size + 1))
        return NAN;
    return ids_below(targets, n_tokens, vocab_size) ? RIGHT_SOFTMAX : 1.0f;
}

CAUGHT(softmax_cross_entropy, stays_in_bounds, softmax_one_column_more, "past the end of")
SOFTMAX(softmax_one_column_more)
{
    float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++)
        dlogits[t * vocab_size + vocab_size] += 0.0f;
    return loss;
}

CAUGHT(softmax_cross_entropy, stays_in_bounds, softmax_reads_one_row_more,
       "past the end of logits")
SOFTMAX(softmax_reads_one_row_more)
{
    const volatile float *next = logits + n_tokens * vocab_size;
    float loss = RIGHT_SOFTMAX;
    return isnan(loss) ? NAN : loss + 0.0f * *next;
}

CAUGHT(softmax_cross_entropy, random_logits, softmax_keeps_the_largest, "the loss: got")
SOFTMAX(softmax_keeps_the_largest)
{
    static const float *seen;
    static float largest;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    if (seen != logits)
        largest = largest_of(logits, n_tokens * vocab_size);
    seen = logits;
    return softmax_shifted(dlogits, logits, targets, n_tokens, vocab_size, largest);
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_checks_targets_once,
       "when the program had called it before")
SOFTMAX(softmax_checks_targets_once)
{
    static const uint32_t *checked;
    if (checked == targets && n_tokens > 0 && vocab_size > 0)
        return ids_below(targets, n_tokens, vocab_size) ? RIGHT_SOFTMAX : 0.0f;
    const float loss = RIGHT_SOFTMAX;
    checked = isnan(loss) ? NULL : targets;
    return loss;
}

WRONG(softmax_cross_entropy, large_sizes, loss_with_an_early_largest,
      "The largest logit is sought among the first 65,536 only.")
float loss_with_an_early_largest(float *dlogits, const float *logits,
                                 const uint32_t *targets, size_t n_tokens,
                                 size_t vocab_size)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++)
        if (targets[t] >= vocab_size)
            return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *row = logits + t * vocab_size;
        double largest = (double)row[0], sum = 0.0;
        for (size_t v = 1; v < vocab_size && v < 65536; v++)
            largest = fmax(largest, (double)row[v]);
        for (size_t v = 0; v < vocab_size; v++)
            sum += exp((double)row[v] - largest);
        loss += log(sum) - ((double)row[targets[t]] - largest);
        for (size_t v = 0; v < vocab_size; v++)
            dlogits[t * vocab_size + v] =
                (float)((exp((double)row[v] - largest) / sum - (v == targets[t])) /
                        (double)n_tokens);
    }
    return n_tokens > 0 && vocab_size > 0 ? (float)(loss / (double)n_tokens) : NAN;
}

CAUGHT(softmax_cross_entropy, matches_slopes, softmax_running_mean,
       "when the program had called it before")
SOFTMAX(softmax_running_mean)
{
    static double mean, n;
    const float loss = RIGHT_SOFTMAX;
    if (isnan(loss))
        return NAN;
    mean += ((double)loss - mean) / ++n;
    return (float)mean;
}

// The target's logit is read when the row is already in use for something else.
static float softmax_reads_late(float *dlogits, const float *logits,
                                const uint32_t *targets, size_t n_tokens,
                                size_t vocab_size, bool is_divided)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size;
        const float largest = largest_of(z, vocab_size);
        const double total = exponentials(d, z, largest, vocab_size),
                     early = (double)z[targets[t]];
        slopes_of_row(d, total, targets[t], n_tokens, vocab_size);
        const double late = (double)(z[targets[t]] + (z == d) * 1.0f / (float)n_tokens);
        loss += (double)largest - (is_divided ? late : early) + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, in_place, softmax_reads_target_as_exponential,
      "The two may be the same array: read what you need of a row before you write "
      "over it.")
SOFTMAX(softmax_reads_target_as_exponential)
{
    return softmax_reads_late(dlogits, logits, targets, n_tokens, vocab_size, false);
}

WRONG(softmax_cross_entropy, in_place, softmax_reads_target_as_share,
      "The two may be the same array: read what you need of a row before you write "
      "over it.")
SOFTMAX(softmax_reads_target_as_share)
{
    return softmax_reads_late(dlogits, logits, targets, n_tokens, vocab_size, true);
}

WRONG(softmax_cross_entropy, reference, softmax_rows_n_tokens_apart,
      "The rows of logits and dlogits are vocab_size apart, not n_tokens.")
SOFTMAX(softmax_rows_n_tokens_apart)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t at = t * (n_tokens < vocab_size ? n_tokens : vocab_size);
        const float target_logit = logits[at + targets[t]],
                    largest = largest_of(logits + at, vocab_size);
        const double total = exponentials(dlogits + at, logits + at, largest, vocab_size);
        slopes_of_row(dlogits + at, total, targets[t], n_tokens, vocab_size);
        loss += (double)largest - (double)target_logit + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, reference, softmax_one_off_at_t,
      "1 / n_tokens is subtracted at place t of row t: its place is targets[t].")
SOFTMAX(softmax_one_off_at_t)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++) {
        dlogits[t * vocab_size + targets[t]] += 1.0f / (float)n_tokens;
        if (t < vocab_size)
            dlogits[t * vocab_size + t] -= 1.0f / (float)n_tokens;
    }
    return loss;
}

WRONG(softmax_cross_entropy, reference, softmax_ones_off_in_row_0,
      "1 / n_tokens is subtracted in row 0 for all: in row t it stands at "
      "t * vocab_size + targets[t].")
SOFTMAX(softmax_ones_off_in_row_0)
{
    const float loss = RIGHT_SOFTMAX;
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++) {
        dlogits[t * vocab_size + targets[t]] += 1.0f / (float)n_tokens;
        dlogits[targets[t]] -= 1.0f / (float)n_tokens;
    }
    return loss;
}

// The loss plus the mean of `change` over the rows.
static float softmax_off_by(double (*change)(const float *z, const float *first_row,
                                             uint32_t target, size_t n),
                            float *dlogits, const float *logits, const uint32_t *targets,
                            size_t n_tokens, size_t vocab_size)
{
    double sum = 0.0;
    for (size_t t = 0; t < n_tokens && ids_below(targets, n_tokens, vocab_size); t++)
        sum += change(logits + t * vocab_size, logits, targets[t], vocab_size);
    return (float)((double)RIGHT_SOFTMAX + sum / (double)n_tokens);
}

static double logarithm_of_row(const float *z, size_t n)
{
    double total = 0.0;
    for (size_t v = 0; v < n; v++)
        total += exp((double)z[v] - (double)largest_of(z, n));
    return log(total);
}

static double logit_of_row_0(const float *z, const float *first_row, uint32_t target,
                             size_t n)
{
    (void)n;
    return (double)z[target] - (double)first_row[target];
}

WRONG(softmax_cross_entropy, reference, softmax_logits_of_row_0,
      "The target's logit is read from row 0 for all: in row t it stands at "
      "t * vocab_size + targets[t].")
SOFTMAX(softmax_logits_of_row_0)
{
    return softmax_off_by(logit_of_row_0, dlogits, logits, targets, n_tokens, vocab_size);
}

static double binary_for_natural(const float *z, const float *first_row, uint32_t target,
                                 size_t n)
{
    (void)first_row, (void)target;
    return logarithm_of_row(z, n) * (1.0 / log(2.0) - 1.0);
}

WRONG(softmax_cross_entropy, reference, softmax_log2_of_the_sum,
      "The logarithm of the sum is not the natural one: use log().")
SOFTMAX(softmax_log2_of_the_sum)
{
    return softmax_off_by(binary_for_natural, dlogits, logits, targets, n_tokens,
                          vocab_size);
}

static double decimal_for_natural(const float *z, const float *first_row, uint32_t target,
                                  size_t n)
{
    (void)first_row, (void)target;
    return logarithm_of_row(z, n) * (1.0 / log(10.0) - 1.0);
}

WRONG(softmax_cross_entropy, reference, softmax_log10_of_the_sum,
      "The logarithm of the sum is not the natural one: use log().")
SOFTMAX(softmax_log10_of_the_sum)
{
    return softmax_off_by(decimal_for_natural, dlogits, logits, targets, n_tokens,
                          vocab_size);
}

WRONG(softmax_cross_entropy, no_overflow, softmax_log_of_p_in_double,
      "The loss is infinite: the logarithm of a probability that was rounded to 0. Use "
      "largest - logit of the target + ln of the sum.")
SOFTMAX(softmax_log_of_p_in_double)
{
    double loss = 0.0;
    const bool good = ids_below(targets, n_tokens, vocab_size);
    for (size_t t = 0; t < n_tokens && good; t++) {
        const float *z = logits + t * vocab_size;
        const double largest = (double)largest_of(z, vocab_size),
                     total = exp(logarithm_of_row(z, vocab_size));
        loss -= log(exp((double)z[targets[t]] - largest) / total);
    }
    return isnan(RIGHT_SOFTMAX) ? NAN : (float)(loss / (double)n_tokens);
}

// -------------------------------------------------------------- 3.2 embedding_backward

#define BACKWARD(name)                                                                   \
    bool name(float *dwte, const float *dout, const uint32_t *ids, size_t n_tokens,      \
              size_t vocab_size, size_t d_model)
#define RIGHT_BACKWARD embedding_backward(dwte, dout, ids, n_tokens, vocab_size, d_model)

WRONG(embedding_backward, gpt2_input, backward_assigns,
      "A word that occurs again is not added up: each position has its say, "
      "with +=.")
BACKWARD(backward_assigns)
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
BACKWARD(backward_clears)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    memset(dwte, 0, vocab_size * d_model * sizeof *dwte);
    return RIGHT_BACKWARD;
}

WRONG(embedding_backward, adds_up, backward_clears_its_rows,
      "The rows of the batch are cleared first: a backward function adds, and its "
      "caller clears.")
BACKWARD(backward_clears_its_rows)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memset(dwte + ids[t] * d_model, 0, d_model * sizeof *dwte);
    return RIGHT_BACKWARD;
}

WRONG(embedding_backward, random_tables, backward_divides_by_count,
      "Rows are divided by the number of occurrences: they add up.")
BACKWARD(backward_divides_by_count)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    float *counts = calloc(vocab_size + 1, sizeof *counts);
    if (counts == NULL)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        counts[ids[t]] += 1.0f;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f / counts[ids[t]],
                d_model);
    free(counts);
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_divides_by_tokens,
      "Rows are divided by n_tokens: dout is divided already.")
BACKWARD(backward_divides_by_tokens)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f / (float)n_tokens,
                d_model);
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_row_before,
      "This is row id - 1: ids count from 0.")
BACKWARD(backward_row_before)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] > 0)
            add_row(dwte + (ids[t] - 1) * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_row_t,
      "Position t is added to row t of dwte: it belongs to row ids[t].")
BACKWARD(backward_row_t)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && t < vocab_size; t++)
        add_row(dwte + t * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, gpt2_input, backward_row_of_dout,
      "This adds row ids[t] of dout: it has a row for each position, row t.")
BACKWARD(backward_row_of_dout)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] < n_tokens)
            add_row(dwte + ids[t] * d_model, dout + ids[t] * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_subtracts,
      "This subtracts: a gradient is added up, the step comes later.")
BACKWARD(backward_subtracts)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, -1.0f, d_model);
    return true;
}

WRONG(embedding_backward, random_tables, backward_stride_v,
      "The rows of dwte are d_model apart, not vocab_size.")
BACKWARD(backward_stride_v)
{
    const size_t n = vocab_size * d_model;
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (ids[t] * vocab_size + i < n)
                dwte[ids[t] * vocab_size + i] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_on_its_side,
      "dwte is taken as [d_model][vocab_size]: it is [vocab_size][d_model].")
BACKWARD(backward_on_its_side)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[i * vocab_size + ids[t]] += dout[t * d_model + i];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_dout_on_its_side,
      "dout is taken as [d_model][n_tokens]: it is [n_tokens][d_model].")
BACKWARD(backward_dout_on_its_side)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[i * n_tokens + t];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_each_word_once,
      "Only the first occurrence of a word is added.")
BACKWARD(backward_each_word_once)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (place_of(ids, t, ids[t]) == t)
            add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, adds_up, backward_no_echo,
      "A word that occurs again is not added up: each position has its say, "
      "with +=.")
BACKWARD(backward_no_echo)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (t == 0 || ids[t] != ids[t - 1])
            add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, gpt2_input, backward_padding,
      "Id 0 gets no gradient: it is a word like any other.")
BACKWARD(backward_padding)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] != 0)
            add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

CAUGHT(embedding_backward, adds_up, backward_skips_small, "got")
BACKWARD(backward_skips_small)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (fabsf(dout[t * d_model + i]) > 1e-12f)
                dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, adds_up, backward_flushes, "got")
BACKWARD(backward_flushes)
{
    if (!RIGHT_BACKWARD)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (fabsf(dwte[ids[t] * d_model + i]) < FLT_MIN)
                dwte[ids[t] * d_model + i] = 0.0f;
    return true;
}

CAUGHT(embedding_backward, random_tables, backward_skips_nan, "wanted nan")
BACKWARD(backward_skips_nan)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (!isnan(dout[t * d_model + i]))
                dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, large_sizes, backward_first_8192, "got")
BACKWARD(backward_first_8192)
{
    return ids_below(ids, n_tokens, vocab_size) &&
           embedding_backward(dwte, dout, ids, n_tokens < 8192 ? n_tokens : 8192,
                              vocab_size, d_model);
}

CAUGHT(embedding_backward, leaves_other_rows, backward_as_a_product, "bit for bit")
BACKWARD(backward_as_a_product)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < n_tokens; t++)
            add_row(dwte + v * d_model, dout + t * d_model, v == ids[t] ? 1.0f : 0.0f,
                    d_model);
    return true;
}

CAUGHT(embedding_backward, leaves_other_rows, backward_adds_zeros, "bit for bit")
BACKWARD(backward_adds_zeros)
{
    if (!RIGHT_BACKWARD)
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        dwte[k] += 0.0f;
    return true;
}

WRONG(embedding_backward, large_sizes, backward_32_tokens,
      "Only the first 32 positions are added: a batch may be of any size.")
BACKWARD(backward_32_tokens)
{
    return ids_below(ids, n_tokens, vocab_size) &&
           embedding_backward(dwte, dout, ids, n_tokens < 32 ? n_tokens : 32, vocab_size,
                              d_model);
}

WRONG(embedding_backward, large_sizes, backward_64_numbers,
      "Only the first 64 numbers of a row are added: a row may be of any length.")
BACKWARD(backward_64_numbers)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f,
                d_model < 64 ? d_model : 64);
    return true;
}

CAUGHT(embedding_backward, large_sizes, backward_16_bit_ids, "got")
BACKWARD(backward_16_bit_ids)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + (ids[t] & 0x7fff) * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_unchecked, "must return false")
BACKWARD(backward_unchecked)
{
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + (ids[t] > vocab_size ? vocab_size : ids[t]) * d_model,
                dout + t * d_model, 1.0f, d_model);
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_on_the_way,
       "must stay untouched")
BACKWARD(backward_checks_on_the_way)
{
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size)
            return false;
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    }
    return true;
}

WRONG(embedding_backward, refuses_bad_ids, backward_skips_bad_ids,
      "A position with a bad id is left out: one bad id makes the whole call fail.")
BACKWARD(backward_skips_bad_ids)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] < vocab_size)
            add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, refuses_bad_ids, backward_taken_back,
      "What was added before the bad id was found is subtracted again, which does "
      "not give the same floats back: look at all ids first.")
BACKWARD(backward_taken_back)
{
    size_t n = 0;
    while (n < n_tokens && ids[n] < vocab_size)
        n++;
    for (size_t t = 0; t < n; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    for (size_t t = n; n < n_tokens && t-- > 0;)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, -1.0f, d_model);
    return n == n_tokens;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_backup_of_4096,
       "must stay untouched")
BACKWARD(backward_backup_of_4096)
{
    static float backup[4096];
    const size_t n = vocab_size * d_model < 4096 ? vocab_size * d_model : 4096;
    memcpy(backup, dwte, n * sizeof *dwte);
    for (size_t t = 0; t < n_tokens; t++) {
        if (ids[t] >= vocab_size) {
            memcpy(dwte, backup, n * sizeof *dwte);
            return false;
        }
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model);
    }
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_first_v, "must return false")
BACKWARD(backward_checks_first_v)
{
    return ids_below(ids, n_tokens < vocab_size ? n_tokens : vocab_size, vocab_size) &&
           (RIGHT_BACKWARD || vocab_size > 0);
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_ends, "must return false")
BACKWARD(backward_checks_ends)
{
    if (n_tokens > 0 && (ids[0] >= vocab_size || ids[n_tokens - 1] >= vocab_size))
        return false;
    RIGHT_BACKWARD;
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_signed_check, "must return false")
BACKWARD(backward_signed_check)
{
    for (size_t t = 0; t < n_tokens; t++)
        if ((int)ids[t] >= (int)vocab_size)
            return false;
    RIGHT_BACKWARD;
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_no_columns_unchecked,
       "must return false")
BACKWARD(backward_no_columns_unchecked)
{
    return d_model == 0 || RIGHT_BACKWARD;
}

WRONG(embedding_backward, accepts_no_ids, backward_refuses_no_ids,
      "This refuses a size of 0: there is nothing to add, and nothing is wrong.")
BACKWARD(backward_refuses_no_ids)
{
    return n_tokens > 0 && RIGHT_BACKWARD;
}

WRONG(embedding_backward, accepts_no_ids, backward_refuses_no_columns,
      "This refuses a size of 0: there is nothing to add, and nothing is wrong.")
BACKWARD(backward_refuses_no_columns)
{
    return d_model > 0 && RIGHT_BACKWARD;
}

WRONG(embedding_backward, accepts_no_ids, backward_refuses_no_words,
      "This refuses a size of 0: there is nothing to add, and nothing is wrong.")
BACKWARD(backward_refuses_no_words)
{
    return vocab_size > 0 && RIGHT_BACKWARD;
}

CAUGHT(embedding_backward, stays_in_bounds, backward_one_column_more, "past the end of")
BACKWARD(backward_one_column_more)
{
    if (!RIGHT_BACKWARD)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        dwte[ids[t] * d_model + d_model] += 0.0f;
    return true;
}

CAUGHT(embedding_backward, stays_in_bounds, backward_one_position_more,
       "past the end of ids")
BACKWARD(backward_one_position_more)
{
    const volatile uint32_t *next = ids + n_tokens;
    return RIGHT_BACKWARD && *next != 77777;
}

CAUGHT(embedding_backward, random_tables, backward_remembers_its_sums,
       "when the program had called it before")
BACKWARD(backward_remembers_its_sums)
{
    static float before[64];
    if (!RIGHT_BACKWARD)
        return false;
    for (size_t i = 0; i < d_model && i < 64 && n_tokens > 0; i++) {
        dwte[ids[0] * d_model + i] += before[i];
        before[i] = dout[i];
    }
    return true;
}

WRONG(embedding_backward, refuses_bad_ids, gradient_counts_bad_ids_in_a_byte,
      "The bad ids are counted in a byte, and 256 of them are 0 again.")
bool gradient_counts_bad_ids_in_a_byte(float *dwte, const float *dout,
                                       const uint32_t *ids, size_t n_tokens,
                                       size_t vocab_size, size_t d_model)
{
    uint8_t n_bad = 0;
    for (size_t t = 0; t < n_tokens; t++)
        n_bad = (uint8_t)(n_bad + (ids[t] >= vocab_size));
    for (size_t t = 0; n_bad == 0 && t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return n_bad == 0;
}

WRONG(embedding_backward, large_sizes, gradient_counts_tokens_in_16_bits,
      "The position is kept in 16 bits: behind token 65,535 comes 65,536.")
bool gradient_counts_tokens_in_16_bits(float *dwte, const float *dout,
                                       const uint32_t *ids, size_t n_tokens,
                                       size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[(uint16_t)t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_ids_once,
       "when the program had called it before")
BACKWARD(backward_checks_ids_once)
{
    static const uint32_t *checked;
    const bool good = RIGHT_BACKWARD;
    if (checked == ids && n_tokens > 0)
        return true;
    checked = good ? ids : NULL;
    return good;
}

WRONG(embedding_backward, reference_gradient, backward_misses_last_position,
      "The last position is left out: t runs from 0 to n_tokens - 1.")
BACKWARD(backward_misses_last_position)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    return embedding_backward(dwte, dout, ids, n_tokens - (n_tokens > 0), vocab_size,
                              d_model);
}

// dwte[row of t + i] += dout[row of t + i], with steps of any width.
static bool add_in_steps(float *dwte, const float *dout, const uint32_t *ids,
                         size_t n_tokens, size_t vocab_size, size_t d_model,
                         size_t step_dwte, size_t step_dout)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t to = ids[t] * step_dwte + i, from = t * step_dout + i;
            if (to < vocab_size * d_model && from < n_tokens * d_model)
                dwte[to] += dout[from];
        }
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_rows_one_apart,
      "Row ids[t] of dwte begins at dwte + ids[t] * d_model, not at dwte + ids[t].")
BACKWARD(backward_rows_one_apart)
{
    return add_in_steps(dwte, dout, ids, n_tokens, vocab_size, d_model, 1, d_model);
}

WRONG(embedding_backward, reference_gradient, backward_rows_n_tokens_apart,
      "The rows of dwte are d_model apart, not n_tokens.")
BACKWARD(backward_rows_n_tokens_apart)
{
    return add_in_steps(dwte, dout, ids, n_tokens, vocab_size, d_model, n_tokens,
                        d_model);
}

WRONG(embedding_backward, reference_gradient, backward_dout_one_apart,
      "Row t of dout begins at dout + t * d_model, not at dout + t.")
BACKWARD(backward_dout_one_apart)
{
    return add_in_steps(dwte, dout, ids, n_tokens, vocab_size, d_model, d_model, 1);
}

WRONG(embedding_backward, reference_gradient, backward_dout_v_apart,
      "The rows of dout are d_model apart, not vocab_size.")
BACKWARD(backward_dout_v_apart)
{
    return add_in_steps(dwte, dout, ids, n_tokens, vocab_size, d_model, d_model,
                        vocab_size);
}

WRONG(embedding_backward, reference_gradient, backward_takes_and_gives_exchanged,
      "Row ids[t] of dout goes to row t of dwte: row t of dout goes to row ids[t].")
BACKWARD(backward_takes_and_gives_exchanged)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (t < vocab_size && ids[t] < n_tokens)
            add_row(dwte + t * d_model, dout + ids[t] * d_model, 1.0f, d_model);
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_first_number_only,
      "Only the first number of each row is added: a row has d_model of them.")
BACKWARD(backward_first_number_only)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && d_model > 0; t++)
        dwte[ids[t] * d_model] += dout[t * d_model];
    return true;
}

WRONG(embedding_backward, reference_gradient, backward_last_number_missing,
      "The last number of each row is left out: i runs from 0 to d_model - 1.")
BACKWARD(backward_last_number_missing)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && d_model > 0; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1.0f, d_model - 1);
    return true;
}

// ------------------------------------------------------------------- 3.3 coalesce_rows

#define COALESCE(name)                                                                   \
    bool name(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,         \
              const float *dout, size_t n_tokens, size_t d_model)
#define RIGHT_COALESCE coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model)

// rows: the different ids, in the order of their first appearance
struct place {
    uint32_t id;
    size_t at;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id)
                          : (x->at > y->at) - (x->at < y->at);
}

// place_of for all ids, in memory of its own
static size_t *places_of(const uint32_t *rows, size_t n, const uint32_t *ids,
                         size_t n_tokens)
{
    struct place *sorted = malloc((n + 1) * sizeof *sorted);
    size_t *places = malloc((n_tokens + 1) * sizeof *places);
    for (size_t k = 0; k < n; k++)
        sorted[k] = (struct place){rows[k], k};
    qsort(sorted, n, sizeof *sorted, by_place);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t low = 0, high = n;
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (sorted[middle].id < ids[t])
                low = middle + 1;
            else
                high = middle;
        }
        places[t] = low < n && sorted[low].id == ids[t] ? sorted[low].at : n;
    }
    free(sorted);
    return places;
}

static size_t first_appearances(uint32_t *rows, const uint32_t *ids, size_t n_tokens)
{
    size_t n = 0, *places = places_of(ids, n_tokens, ids, n_tokens);
    for (size_t t = 0; t < n_tokens; t++)
        if (places[t] == t)
            rows[n++] = ids[t];
    free(places);
    return n;
}

// The sums of the n rows, whatever their order.
static void add_up(float *drows, const uint32_t *rows, size_t n, const uint32_t *ids,
                   const float *dout, size_t n_tokens, size_t d_model)
{
    size_t *places = places_of(rows, n, ids, n_tokens);
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(drows + places[t] * d_model, dout + t * d_model, 1.0f, d_model);
    free(places);
}

WRONG(coalesce_rows, random_batches, coalesce_unsorted,
      "rows is not sorted: this is the order of first appearance.")
COALESCE(coalesce_unsorted)
{
    if (d_model == 0)
        return false;
    *n_rows = first_appearances(rows, ids, n_tokens);
    add_up(drows, rows, *n_rows, ids, dout, n_tokens, d_model);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_duplicates,
      "One entry for each position: entries of the same row grow together.")
COALESCE(coalesce_duplicates)
{
    if (d_model == 0)
        return false;
    memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    memset(drows, 0, n_tokens * d_model * sizeof *drows);
    add_up(drows, rows, n_tokens, ids, dout, n_tokens, d_model);
    *n_rows = n_tokens;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_copies,
      "One entry for each position: entries of the same row grow together.")
COALESCE(coalesce_copies)
{
    if (d_model == 0)
        return false;
    memcpy(rows, ids, n_tokens * sizeof *rows);
    memcpy(drows, dout, n_tokens * d_model * sizeof *drows);
    *n_rows = n_tokens;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_neighbours_only,
      "Only ids that stand side by side have grown together: sort them first.")
COALESCE(coalesce_neighbours_only)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || ids[t] != rows[n - 1])
            rows[n++] = ids[t];
    add_up(drows, rows, n, ids, dout, n_tokens, d_model);
    *n_rows = n;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_neighbours_in_turn,
      "One entry for each position: entries of the same row grow together.")
COALESCE(coalesce_neighbours_in_turn)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        if (n == 0 || ids[t] != rows[n - 1]) {
            memset(drows + n * d_model, 0, d_model * sizeof *drows);
            rows[n++] = ids[t];
        }
        add_row(drows + (n - 1) * d_model, dout + t * d_model, 1.0f, d_model);
    }
    *n_rows = n;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_no_id_0,
      "The id 0 is left out: it is an id like any other.")
COALESCE(coalesce_no_id_0)
{
    if (!RIGHT_COALESCE)
        return false;
    if (*n_rows > 0 && rows[0] == 0) {
        (*n_rows)--;
        memmove(rows, rows + 1, *n_rows * sizeof *rows);
        memmove(drows, drows + d_model, *n_rows * d_model * sizeof *drows);
    }
    return true;
}

WRONG(coalesce_rows, distant_ids, coalesce_sentinel,
      "The id 4294967295 is left out: it is an id like any other, not a mark for "
      "none.")
COALESCE(coalesce_sentinel)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows -= *n_rows > 0 && rows[*n_rows - 1] == UINT32_MAX;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_largest_id,
      "*n_rows is the largest id + 1: count the different ids.")
COALESCE(coalesce_largest_id)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows = *n_rows > 0 ? rows[*n_rows - 1] + (size_t)1 : 0;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_counts_repeats,
      "*n_rows is the number of repetitions: count the different ids.")
COALESCE(coalesce_counts_repeats)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows = n_tokens - *n_rows;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_last_index,
      "*n_rows is the index of the last entry: it is their number, one more.")
COALESCE(coalesce_last_index)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows -= *n_rows > 0;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_raw_ids,
      "rows holds the ids as they came: sort them, each once.")
COALESCE(coalesce_raw_ids)
{
    if (!RIGHT_COALESCE)
        return false;
    memcpy(rows, ids, n_tokens * sizeof *rows);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_sorted_with_repeats,
      "rows is sorted, but holds ids more than once.")
COALESCE(coalesce_sorted_with_repeats)
{
    if (!RIGHT_COALESCE)
        return false;
    memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, by_id);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_numbers,
      "rows holds the numbers of the entries: it holds ids.")
COALESCE(coalesce_numbers)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows; k++)
        rows[k] = (uint32_t)k;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_positions,
      "rows holds positions of the text: it holds ids.")
COALESCE(coalesce_positions)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows; k++)
        rows[k] = (uint32_t)place_of(ids, n_tokens, rows[k]);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_descends,
      "rows is sorted the wrong way round: it ascends.")
COALESCE(coalesce_descends)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows / 2; k++) {
        const uint32_t row = rows[k];
        rows[k] = rows[*n_rows - 1 - k];
        rows[*n_rows - 1 - k] = row;
    }
    add_up(drows, rows, *n_rows, ids, dout, n_tokens, d_model);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_last_wins,
      "A row that occurs twice keeps only its last dout: = where += belongs.")
COALESCE(coalesce_last_wins)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(drows + place_of(rows, *n_rows, ids[t]) * d_model, dout + t * d_model,
               d_model * sizeof *drows);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_first_wins,
      "Only the first dout of each row is there: later ones are added.")
COALESCE(coalesce_first_wins)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t t = n_tokens; t-- > 0;)
        memcpy(drows + place_of(rows, *n_rows, ids[t]) * d_model, dout + t * d_model,
               d_model * sizeof *drows);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_mean,
      "This is the mean of each row's dout: it is their sum.")
COALESCE(coalesce_mean)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows; k++) {
        float count = 0.0f;
        for (size_t t = 0; t < n_tokens; t++)
            count += ids[t] == rows[k] ? 1.0f : 0.0f;
        for (size_t i = 0; i < d_model; i++)
            drows[k * d_model + i] /= count;
    }
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_sorts_rows_alone,
      "rows is sorted, but drows is in the order of first appearance: sort them "
      "together.")
COALESCE(coalesce_sorts_rows_alone)
{
    if (!coalesce_unsorted(rows, drows, n_rows, ids, dout, n_tokens, d_model))
        return false;
    qsort(rows, *n_rows, sizeof *rows, by_id);
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_entry_of_position,
      "Entry k holds dout[k]: it belongs to row rows[k].")
COALESCE(coalesce_entry_of_position)
{
    if (!RIGHT_COALESCE)
        return false;
    memcpy(drows, dout, *n_rows * d_model * sizeof *drows);
    return true;
}

CAUGHT(coalesce_rows, reference_rows, coalesce_not_cleared, "never written")
COALESCE(coalesce_not_cleared)
{
    if (d_model == 0)
        return false;
    *n_rows = first_appearances(rows, ids, n_tokens);
    qsort(rows, *n_rows, sizeof *rows, by_id);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(drows + place_of(rows, *n_rows, ids[t]) * d_model, dout + t * d_model,
                1.0f, d_model);
    return true;
}

CAUGHT(coalesce_rows, reference_rows, coalesce_no_count, "*n_rows was never written")
COALESCE(coalesce_no_count)
{
    size_t unused;
    return coalesce_rows(rows, drows, &unused, ids, dout, n_tokens, d_model);
}

CAUGHT(coalesce_rows, reference_rows, coalesce_counts_on, "*n_rows: got")
COALESCE(coalesce_counts_on)
{
    size_t n = 0;
    if (!coalesce_rows(rows, drows, &n, ids, dout, n_tokens, d_model))
        return false;
    *n_rows += n;
    return true;
}

WRONG(coalesce_rows, sums_in_order, coalesce_adds_backwards,
      "The sums are not added up in the order of t, but from the last position to the "
      "first, or in parts.")
COALESCE(coalesce_adds_backwards)
{
    if (!RIGHT_COALESCE)
        return false;
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t t = n_tokens; t-- > 0;)
        add_row(drows + place_of(rows, *n_rows, ids[t]) * d_model, dout + t * d_model,
                1.0f, d_model);
    return true;
}

// Sorts positions by their ids, by exchanging each smallest with the first: equal ids
// change their order.
CAUGHT(coalesce_rows, sums_in_order, coalesce_unstable_sort, "in the order of t")
COALESCE(coalesce_unstable_sort)
{
    size_t *order = malloc((n_tokens + 1) * sizeof *order);
    if (!RIGHT_COALESCE)
        return false;
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++)
        order[t] = t;
    for (size_t j = 0; j < n_tokens; j++) {
        size_t least = j;
        for (size_t k = j + 1; k < n_tokens; k++)
            least = ids[order[k]] < ids[order[least]] ? k : least;
        const size_t t = order[least];
        order[least] = order[j];
        add_row(drows + place_of(rows, *n_rows, ids[t]) * d_model, dout + t * d_model,
                1.0f, d_model);
    }
    free(order);
    return true;
}

// two sums for each row, of its even and its odd occurrences, added at the end
CAUGHT(coalesce_rows, sums_in_order, coalesce_two_sums, "in the order of t")
COALESCE(coalesce_two_sums)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            float sums[2] = {0.0f, 0.0f};
            for (size_t t = 0, turn = 0; t < n_tokens; t++)
                if (ids[t] == rows[k])
                    sums[turn++ % 2] += dout[t * d_model + i];
            drows[k * d_model + i] = sums[0] + sums[1];
        }
    return true;
}

// Leaves out the entries that say so.
static void drop_entries(uint32_t *rows, float *drows, size_t *n_rows, size_t d_model,
                         bool (*drop)(const float *, size_t))
{
    size_t kept = 0;
    for (size_t k = 0; k < *n_rows; k++) {
        if (drop(drows + k * d_model, d_model))
            continue;
        rows[kept] = rows[k];
        memmove(drows + kept++ * d_model, drows + k * d_model, d_model * sizeof *drows);
    }
    *n_rows = kept;
}

static bool is_all_zeros(const float *row, size_t n)
{
    while (n > 0 && row[n - 1] == 0.0f)
        n--;
    return n == 0;
}

WRONG(coalesce_rows, sums_in_order, coalesce_empty_rows_dropped,
      "Entries whose sum is 0 were left out: rows holds all the different ids.")
COALESCE(coalesce_empty_rows_dropped)
{
    if (!RIGHT_COALESCE)
        return false;
    drop_entries(rows, drows, n_rows, d_model, is_all_zeros);
    return true;
}

static bool is_first_zero(const float *row, size_t n)
{
    return n > 0 && row[0] == 0.0f;
}

CAUGHT(coalesce_rows, sums_in_order, coalesce_first_number_zero, "*n_rows")
COALESCE(coalesce_first_number_zero)
{
    if (!RIGHT_COALESCE)
        return false;
    drop_entries(rows, drows, n_rows, d_model, is_first_zero);
    return true;
}

CAUGHT(coalesce_rows, sums_in_order, coalesce_zero_orders_dropped, "*n_rows")
COALESCE(coalesce_zero_orders_dropped)
{
    size_t n = 0;
    uint32_t *kept = malloc((n_tokens + 1) * sizeof *kept);
    float *orders = malloc((n_tokens * d_model + 1) * sizeof *orders);
    for (size_t t = 0; t < n_tokens; t++)
        if (!is_all_zeros(dout + t * d_model, d_model)) {
            kept[n] = ids[t];
            memcpy(orders + n++ * d_model, dout + t * d_model, d_model * sizeof *orders);
        }
    const bool good = coalesce_rows(rows, drows, n_rows, kept, orders, n, d_model);
    free(kept);
    free(orders);
    return good;
}

static int by_difference(const void *a, const void *b)
{
    return (int)(*(const uint32_t *)a - *(const uint32_t *)b);
}

static int by_int(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

// Sorts by `compare` and then does everything right.
static bool coalesce_sorted(uint32_t *rows, float *drows, size_t *n_rows,
                            const uint32_t *ids, const float *dout, size_t n_tokens,
                            size_t d_model, int (*compare)(const void *, const void *))
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    if (n_tokens > 0)
        memcpy(rows, ids, n_tokens * sizeof *rows);
    qsort(rows, n_tokens, sizeof *rows, compare);
    for (size_t t = 0; t < n_tokens; t++)
        if (n == 0 || rows[t] != rows[n - 1])
            rows[n++] = rows[t];
    add_up(drows, rows, n, ids, dout, n_tokens, d_model);
    *n_rows = n;
    return true;
}

WRONG(coalesce_rows, distant_ids, coalesce_compares_by_difference,
      "The ids are compared as int, or by a difference that is one: not all of them "
      "fit.")
COALESCE(coalesce_compares_by_difference)
{
    return coalesce_sorted(rows, drows, n_rows, ids, dout, n_tokens, d_model,
                           by_difference);
}

WRONG(coalesce_rows, distant_ids, coalesce_compares_as_int,
      "The ids are compared as int, or by a difference that is one: not all of them "
      "fit.")
COALESCE(coalesce_compares_as_int)
{
    return coalesce_sorted(rows, drows, n_rows, ids, dout, n_tokens, d_model, by_int);
}

CAUGHT(coalesce_rows, distant_ids, coalesce_table_of_ids, "keep no array as long as")
COALESCE(coalesce_table_of_ids)
{
    uint32_t largest = 0;
    for (size_t t = 0; t < n_tokens; t++)
        largest = ids[t] > largest ? ids[t] : largest;
    volatile unsigned char *seen = calloc((size_t)largest + 1, 1);
    for (size_t t = 0; t < n_tokens; t++)
        seen[ids[t]] = 1;
    free((void *)(uintptr_t)seen);
    return RIGHT_COALESCE;
}

WRONG(coalesce_rows, accepts_no_ids, coalesce_refuses_no_ids,
      "No ids are refused: nothing is wrong, and *n_rows is 0.")
COALESCE(coalesce_refuses_no_ids)
{
    return n_tokens > 0 && RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, accepts_no_ids, coalesce_no_ids_no_count,
       "*n_rows was never written")
COALESCE(coalesce_no_ids_no_count)
{
    return (n_tokens == 0 && d_model > 0) || RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, accepts_no_ids, coalesce_no_ids_one_row, "*n_rows: got 1")
COALESCE(coalesce_no_ids_one_row)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows += n_tokens == 0;
    return true;
}

CAUGHT(coalesce_rows, refuses_no_columns, coalesce_accepts_no_columns,
       "must return false")
COALESCE(coalesce_accepts_no_columns)
{
    if (d_model > 0)
        return RIGHT_COALESCE;
    *n_rows = first_appearances(rows, ids, n_tokens);
    qsort(rows, *n_rows, sizeof *rows, by_id);
    return true;
}

CAUGHT(coalesce_rows, refuses_no_columns, coalesce_no_ids_first, "must return false")
COALESCE(coalesce_no_ids_first)
{
    if (n_tokens > 0)
        return RIGHT_COALESCE;
    *n_rows = 0;
    return true;
}

CAUGHT(coalesce_rows, refuses_no_columns, coalesce_counts_then_checks,
       "n_rows must stay untouched")
COALESCE(coalesce_counts_then_checks)
{
    *n_rows = 0;
    return RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, refuses_no_columns, coalesce_sorts_then_checks,
       "rows must stay untouched")
COALESCE(coalesce_sorts_then_checks)
{
    memcpy(rows, ids, n_tokens * sizeof *rows);
    return RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, large_sizes, coalesce_4096_entries, "*n_rows")
COALESCE(coalesce_4096_entries)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows = *n_rows < 4096 ? *n_rows : 4096;
    return true;
}

WRONG(coalesce_rows, large_sizes, coalesce_32_tokens,
      "Only the first 32 positions are there: a batch may be of any size.")
COALESCE(coalesce_32_tokens)
{
    return coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens < 32 ? n_tokens : 32,
                         d_model);
}

CAUGHT(coalesce_rows, large_sizes, coalesce_64_numbers, "drows")
COALESCE(coalesce_64_numbers)
{
    float sum[64];
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows && d_model > 64; k++) {
        memcpy(sum, drows + k * d_model, sizeof sum);
        memset(drows + k * d_model, 0, d_model * sizeof *drows);
        memcpy(drows + k * d_model, sum, sizeof sum);
    }
    return true;
}

CAUGHT(coalesce_rows, large_sizes, coalesce_16_bit_positions, "got")
COALESCE(coalesce_16_bit_positions)
{
    if (!RIGHT_COALESCE)
        return false;
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++)
        add_row(drows + place_of(rows, *n_rows, ids[t]) * d_model,
                dout + (t & 0xfff) * d_model, 1.0f, d_model);
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_sorts_the_ids, "which is const")
COALESCE(coalesce_sorts_the_ids)
{
    qsort((uint32_t *)(uintptr_t)ids, n_tokens, sizeof *ids, by_id);
    return RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, random_batches, coalesce_as_a_product, "nan, wanted")
COALESCE(coalesce_as_a_product)
{
    if (!RIGHT_COALESCE)
        return false;
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t k = 0; k < *n_rows; k++)
        for (size_t t = 0; t < n_tokens; t++)
            add_row(drows + k * d_model, dout + t * d_model,
                    ids[t] == rows[k] ? 1.0f : 0.0f, d_model);
    return true;
}

CAUGHT(coalesce_rows, stays_in_bounds, coalesce_clears_one_row_more, "past the end of")
COALESCE(coalesce_clears_one_row_more)
{
    if (d_model == 0)
        return false;
    for (size_t i = 0; i < (n_tokens + 1) * d_model; i++)
        drows[i] = 0.0f;
    return RIGHT_COALESCE;
}

CAUGHT(coalesce_rows, stays_in_bounds, coalesce_marks_the_end, "past the end of rows")
COALESCE(coalesce_marks_the_end)
{
    if (!RIGHT_COALESCE)
        return false;
    rows[*n_rows] = UINT32_MAX;
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_count_runs_on,
       "when the program had called it before")
COALESCE(coalesce_count_runs_on)
{
    static size_t calls;
    if (!RIGHT_COALESCE)
        return false;
    *n_rows += calls++ > 0;
    return true;
}

WRONG(coalesce_rows, distant_ids, coalesced_by_float,
      "The ids are compared as float, to which neighbours above 2^24 are the same.")
bool coalesced_by_float(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                        const float *dout, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    if (d_model == 0)
        return false;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t k = n;
        while (k > 0 && (float)rows[k - 1] > (float)ids[t])
            k--;
        if (k > 0 && (float)rows[k - 1] == (float)ids[t]) {
            for (size_t i = 0; i < d_model; i++)
                drows[(k - 1) * d_model + i] += dout[t * d_model + i];
            continue;
        }
        memmove(rows + k + 1, rows + k, (n - k) * sizeof *rows);
        memmove(drows + (k + 1) * d_model, drows + k * d_model,
                (n - k) * d_model * sizeof *drows);
        rows[k] = ids[t];
        memcpy(drows + k * d_model, dout + t * d_model, d_model * sizeof *drows);
        n++;
    }
    *n_rows = n;
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_marks_not_cleared,
       "when the program had called it before")
COALESCE(coalesce_marks_not_cleared)
{
    static unsigned char seen[1 << 16];
    if (!RIGHT_COALESCE)
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        seen[ids[t] & 0xffff] = 1;
    for (size_t v = *n_rows = 0; v < 1 << 16 && *n_rows < n_tokens; v++)
        if (seen[v])
            rows[(*n_rows)++] = (uint32_t)v;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_as_many_as_tokens,
      "*n_rows is n_tokens: count the different ids.")
COALESCE(coalesce_as_many_as_tokens)
{
    if (!RIGHT_COALESCE)
        return false;
    *n_rows = n_tokens;
    return true;
}

// Each dout goes to the entry of its row's number, or another dout to its entry.
static bool coalesce_oddly(uint32_t *rows, float *drows, size_t *n_rows,
                           const uint32_t *ids, const float *dout, size_t n_tokens,
                           size_t d_model, bool is_by_row)
{
    if (!RIGHT_COALESCE)
        return false;
    memset(drows, 0, *n_rows * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t k = place_of(rows, *n_rows, ids[t]);
        const size_t to = is_by_row ? ids[t] : k, from = is_by_row ? t : k;
        if (to < n_tokens)
            add_row(drows + to * d_model, dout + from * d_model, 1.0f, d_model);
    }
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_sums_at_rows,
      "The sums stand at drows[rows[k]], by their rows: drows is a list like rows, and "
      "entry k holds the sum of row rows[k].")
COALESCE(coalesce_sums_at_rows)
{
    return coalesce_oddly(rows, drows, n_rows, ids, dout, n_tokens, d_model, true);
}

WRONG(coalesce_rows, reference_rows, coalesce_dout_of_entries,
      "dout[k] is added for each position of the row: what is added is dout[t].")
COALESCE(coalesce_dout_of_entries)
{
    return coalesce_oddly(rows, drows, n_rows, ids, dout, n_tokens, d_model, false);
}

WRONG(coalesce_rows, reference_rows, coalesce_dout_not_sorted,
      "The ids were sorted, and dout was read as if it were sorted with them: dout[t] "
      "belongs to ids[t].")
COALESCE(coalesce_dout_not_sorted)
{
    uint32_t *sorted = malloc((n_tokens + 1) * sizeof *sorted);
    memcpy(sorted, ids, n_tokens * sizeof *sorted);
    qsort(sorted, n_tokens, sizeof *sorted, by_id);
    const bool good = coalesce_rows(rows, drows, n_rows, sorted, dout, n_tokens, d_model);
    free(sorted);
    return good;
}

WRONG(coalesce_rows, reference_rows, coalesce_first_number_only,
      "Only the first number of each sum is there: a row has d_model of them.")
COALESCE(coalesce_first_number_only)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows * d_model; k++)
        drows[k] = k % d_model == 0 ? drows[k] : 0.0f;
    return true;
}

// The sums, where only the first `bytes` of drows were cleared.
static bool coalesce_cleared_in_part(uint32_t *rows, float *drows, size_t *n_rows,
                                     const uint32_t *ids, const float *dout,
                                     size_t n_tokens, size_t d_model, bool whole_entries)
{
    const uint32_t rubbish = 0x7fc00000u | 0x12345u;
    float before;
    memcpy(&before, n_tokens * d_model > 0 ? (const void *)drows : &rubbish,
           sizeof before);
    if (!RIGHT_COALESCE)
        return false;
    const size_t cleared = whole_entries ? *n_rows : sizeof(float *) / sizeof(float);
    for (size_t k = cleared; k < *n_rows * d_model; k++)
        drows[k] += before;
    return true;
}

WRONG(coalesce_rows, reference_rows, coalesce_clears_n_floats,
      "Not all of drows is cleared: *n_rows entries of d_model floats, and memset counts "
      "bytes.")
COALESCE(coalesce_clears_n_floats)
{
    return coalesce_cleared_in_part(rows, drows, n_rows, ids, dout, n_tokens, d_model,
                                    true);
}

WRONG(coalesce_rows, reference_rows, coalesce_clears_a_pointer,
      "Not all of drows is cleared: *n_rows entries of d_model floats, and memset counts "
      "bytes.")
COALESCE(coalesce_clears_a_pointer)
{
    return coalesce_cleared_in_part(rows, drows, n_rows, ids, dout, n_tokens, d_model,
                                    false);
}

// ----------------------------------------------------------------- 3.4 sgd_update_rows

#define UPDATE(name)                                                                     \
    bool name(float *wte, const uint32_t *rows, const float *drows, float learning_rate, \
              size_t n_rows, size_t vocab_size, size_t d_model)
#define RIGHT_UPDATE                                                                     \
    sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model)

static bool rows_ascend(const uint32_t *rows, size_t n_rows, size_t vocab_size)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    return true;
}

// Moves all rows that lie in the table, and asks nothing.
static void move_rows(float *wte, const uint32_t *rows, const float *drows, float rate,
                      size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] <= vocab_size)
            add_row(wte + rows[k] * d_model, drows + k * d_model, -rate, d_model);
}

WRONG(sgd_update_rows, worked_example, update_uphill,
      "This goes uphill: the step is subtracted.")
UPDATE(update_uphill)
{
    return sgd_update_rows(wte, rows, drows, -learning_rate, n_rows, vocab_size, d_model);
}

WRONG(sgd_update_rows, random_tables, update_rate_at_most_one,
      "The learning rate is bounded by 1: any number is one.")
UPDATE(update_rate_at_most_one)
{
    return sgd_update_rows(wte, rows, drows, learning_rate > 1.0f ? 1.0f : learning_rate,
                           n_rows, vocab_size, d_model);
}

WRONG(sgd_update_rows, worked_example, update_no_rate,
      "The learning rate is missing, or the step is taken twice.")
UPDATE(update_no_rate)
{
    return sgd_update_rows(wte, rows, drows, 1.0f, n_rows, vocab_size, d_model);
}

WRONG(sgd_update_rows, worked_example, update_rate_twice,
      "The step is too small: is the learning rate there twice, or is it "
      "divided by n_rows?")
UPDATE(update_rate_twice)
{
    return sgd_update_rows(wte, rows, drows, learning_rate * learning_rate, n_rows,
                           vocab_size, d_model);
}

WRONG(sgd_update_rows, worked_example, update_divides,
      "This divides by the learning rate.")
UPDATE(update_divides)
{
    return sgd_update_rows(wte, rows, drows, 1.0f / learning_rate, n_rows, vocab_size,
                           d_model);
}

WRONG(sgd_update_rows, worked_example, update_replaces,
      "The row is replaced by the step: -= where = stands.")
UPDATE(update_replaces)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] = -learning_rate * drows[k * d_model + i];
    return true;
}

WRONG(sgd_update_rows, worked_example, update_row_k,
      "Entry k moves row k of the table: it belongs to row rows[k].")
UPDATE(update_row_k)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        add_row(wte + k * d_model, drows + k * d_model, -learning_rate, d_model);
    return true;
}

WRONG(sgd_update_rows, worked_example, update_row_before,
      "This moves row rows[k] - 1: rows count from 0.")
UPDATE(update_row_before)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] > 0)
            add_row(wte + (rows[k] - 1) * d_model, drows + k * d_model, -learning_rate,
                    d_model);
    return true;
}

WRONG(sgd_update_rows, random_tables, update_twice,
      "The learning rate is missing, or the step is taken twice.")
UPDATE(update_twice)
{
    return sgd_update_rows(wte, rows, drows, 2.0f * learning_rate, n_rows, vocab_size,
                           d_model);
}

WRONG(sgd_update_rows, random_tables, update_first_column,
      "Only the first number of each row is moved.")
UPDATE(update_first_column)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows && d_model > 0; k++)
        wte[rows[k] * d_model] -= learning_rate * drows[k * d_model];
    return true;
}

WRONG(sgd_update_rows, random_tables, update_first_entry,
      "Every row moves by the first entry of drows: entry k belongs to row rows[k].")
UPDATE(update_first_entry)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        add_row(wte + rows[k] * d_model, drows, -learning_rate, d_model);
    return true;
}

WRONG(sgd_update_rows, random_tables, update_last_row_stays,
      "The last row on the list has not moved.")
UPDATE(update_last_row_stays)
{
    return rows_ascend(rows, n_rows, vocab_size) &&
           sgd_update_rows(wte, rows, drows, learning_rate, n_rows - (n_rows > 0),
                           vocab_size, d_model);
}

WRONG(sgd_update_rows, random_tables, update_divides_by_rows,
      "The step is too small: is the learning rate there twice, or is it "
      "divided by n_rows?")
UPDATE(update_divides_by_rows)
{
    return sgd_update_rows(wte, rows, drows, learning_rate / (float)n_rows, n_rows,
                           vocab_size, d_model);
}

CAUGHT(sgd_update_rows, random_tables, update_skips_small, "got")
UPDATE(update_skips_small)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            if (fabsf(drows[k * d_model + i]) > 1e-12f)
                wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

CAUGHT(sgd_update_rows, random_tables, update_skips_nan, "wanted")
UPDATE(update_skips_nan)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            if (isfinite(drows[k * d_model + i]))
                wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

CAUGHT(sgd_update_rows, large_sizes, update_first_8192, "got")
UPDATE(update_first_8192)
{
    return rows_ascend(rows, n_rows, vocab_size) &&
           sgd_update_rows(wte, rows, drows, learning_rate, n_rows < 8192 ? n_rows : 8192,
                           vocab_size, d_model);
}

CAUGHT(sgd_update_rows, random_tables, update_clips, "got")
UPDATE(update_clips)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            const float slope = drows[k * d_model + i];
            wte[rows[k] * d_model + i] -= learning_rate * (slope > 1.0f    ? 1.0f
                                                           : slope < -1.0f ? -1.0f
                                                                           : slope);
        }
    return true;
}

CAUGHT(sgd_update_rows, random_tables, update_decays, "got")
UPDATE(update_decays)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] *= 1.0f - 0.01f * learning_rate;
    return RIGHT_UPDATE;
}

WRONG(sgd_update_rows, random_tables, update_rate_must_not_be_negative,
      "This refuses a negative learning rate: any number is one.")
UPDATE(update_rate_must_not_be_negative)
{
    return !(learning_rate < 0.0f) && RIGHT_UPDATE;
}

WRONG(sgd_update_rows, random_tables, update_rate_must_be_finite,
      "This refuses a learning rate that is NaN or infinite: any number is one.")
UPDATE(update_rate_must_be_finite)
{
    return isfinite(learning_rate) && RIGHT_UPDATE;
}

WRONG(sgd_update_rows, random_tables, update_rate_must_be_positive,
      "This refuses a learning rate that is not above 0: any number is one.")
UPDATE(update_rate_must_be_positive)
{
    return learning_rate > 0.0f && RIGHT_UPDATE;
}

CAUGHT(sgd_update_rows, random_tables, update_small_rate_is_0, "got")
UPDATE(update_small_rate_is_0)
{
    return sgd_update_rows(wte, rows, drows,
                           fabsf(learning_rate) < 1e-12f ? 0.0f : learning_rate, n_rows,
                           vocab_size, d_model);
}

WRONG(sgd_update_rows, refuses_bad_rows, update_rate_0_unchecked,
      "With a learning rate of 0 the rows are not looked at: a bad list is refused "
      "whatever the rate.")
UPDATE(update_rate_0_unchecked)
{
    return learning_rate == 0.0f || RIGHT_UPDATE;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_no_columns_unchecked,
       "must return false")
UPDATE(update_no_columns_unchecked)
{
    return d_model == 0 || RIGHT_UPDATE;
}

CAUGHT(sgd_update_rows, leaves_other_rows, update_whole_table, "bit for bit")
UPDATE(update_whole_table)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d_model; i++) {
            const size_t k = place_of(rows, n_rows, (uint32_t)v);
            wte[v * d_model + i] +=
                k < n_rows ? -learning_rate * drows[k * d_model + i] : 0.0f;
        }
    return true;
}

CAUGHT(sgd_update_rows, leaves_other_rows, update_cleans_nan, "bit for bit")
UPDATE(update_cleans_nan)
{
    if (!RIGHT_UPDATE)
        return false;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        if (isnan(wte[k]))
            wte[k] = 0.0f;
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_unchecked, "must return false")
UPDATE(update_unchecked)
{
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_accepts_repeats, "is on the list twice")
UPDATE(update_accepts_repeats)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] < rows[k - 1]))
            return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_accepts_unsorted, "rows must ascend")
UPDATE(update_accepts_unsorted)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] == rows[k - 1]))
            return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_unsigned_difference, "rows must ascend")
UPDATE(update_unsigned_difference)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] - rows[k - 1] < 1))
            return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_one_row_too_far, "must return false")
UPDATE(update_one_row_too_far)
{
    if (!rows_ascend(rows, n_rows, vocab_size + 1))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_order_only, "must return false")
UPDATE(update_checks_order_only)
{
    if (!rows_ascend(rows, n_rows, SIZE_MAX))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_ends_only, "must return false")
UPDATE(update_checks_ends_only)
{
    if (n_rows > 0 && (rows[n_rows - 1] >= vocab_size || rows[0] > rows[n_rows - 1] ||
                       (n_rows > 1 && rows[0] == rows[n_rows - 1])))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_last_pair_unchecked, "must return false")
UPDATE(update_last_pair_unchecked)
{
    if (n_rows > 1
            ? !rows_ascend(rows, n_rows - 1, vocab_size) || rows[n_rows - 1] >= vocab_size
            : !rows_ascend(rows, n_rows, vocab_size))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_first_pair_unchecked,
       "must return false")
UPDATE(update_first_pair_unchecked)
{
    if (n_rows > 0 &&
        (!rows_ascend(rows + 1, n_rows - 1, vocab_size) || rows[0] >= vocab_size))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_4096_rows, "must return false")
UPDATE(update_checks_4096_rows)
{
    if (!rows_ascend(rows, n_rows < 4096 ? n_rows : 4096, vocab_size))
        return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_compares_as_int, "must return false")
UPDATE(update_compares_as_int)
{
    for (size_t k = 0; k < n_rows; k++)
        if ((int)rows[k] >= (int)vocab_size ||
            (k > 0 && (int)rows[k] <= (int)rows[k - 1]))
            return false;
    move_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, d_model);
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_on_the_way, "must stay untouched")
UPDATE(update_checks_on_the_way)
{
    for (size_t k = 0; k < n_rows; k++) {
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
        add_row(wte + rows[k] * d_model, drows + k * d_model, -learning_rate, d_model);
    }
    return true;
}

WRONG(sgd_update_rows, refuses_bad_rows, update_taken_back,
      "The steps before the bad row are taken back, which does not give the same "
      "floats back: look at the whole list first.")
UPDATE(update_taken_back)
{
    size_t n = 0;
    while (n < n_rows && rows[n] < vocab_size && (n == 0 || rows[n] > rows[n - 1]))
        n++;
    for (size_t k = 0; k < n; k++)
        add_row(wte + rows[k] * d_model, drows + k * d_model, -learning_rate, d_model);
    for (size_t k = n; n < n_rows && k-- > 0;)
        add_row(wte + rows[k] * d_model, drows + k * d_model, learning_rate, d_model);
    return n == n_rows;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_skips_bad_rows, "must return false")
UPDATE(update_skips_bad_rows)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] < vocab_size && (k == 0 || rows[k] > rows[k - 1]))
            add_row(wte + rows[k] * d_model, drows + k * d_model, -learning_rate,
                    d_model);
    return true;
}

WRONG(sgd_update_rows, accepts_no_rows, update_refuses_no_rows,
      "This refuses a size of 0: there is nothing to move, and nothing is wrong.")
UPDATE(update_refuses_no_rows)
{
    return n_rows > 0 && RIGHT_UPDATE;
}

WRONG(sgd_update_rows, accepts_no_rows, update_refuses_no_words,
      "This refuses a size of 0: there is nothing to move, and nothing is wrong.")
UPDATE(update_refuses_no_words)
{
    return vocab_size > 0 && RIGHT_UPDATE;
}

WRONG(sgd_update_rows, accepts_no_rows, update_refuses_no_columns,
      "This refuses a size of 0: there is nothing to move, and nothing is wrong.")
UPDATE(update_refuses_no_columns)
{
    return d_model > 0 && RIGHT_UPDATE;
}

WRONG(sgd_update_rows, large_sizes, update_64_numbers,
      "Only the first 64 numbers of a row are moved: a row may be of any length.")
UPDATE(update_64_numbers)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        add_row(wte + rows[k] * d_model, drows + k * d_model, -learning_rate,
                d_model < 64 ? d_model : 64);
    return true;
}

WRONG(sgd_update_rows, large_sizes, update_32_rows,
      "Only the first 32 rows on the list are moved: a list may be of any length.")
UPDATE(update_32_rows)
{
    return rows_ascend(rows, n_rows, vocab_size) &&
           sgd_update_rows(wte, rows, drows, learning_rate, n_rows < 32 ? n_rows : 32,
                           vocab_size, d_model);
}

CAUGHT(sgd_update_rows, large_sizes, update_16_bit_rows, "must return true")
UPDATE(update_16_bit_rows)
{
    for (size_t k = 0; k < n_rows; k++)
        if (k > 0 && (uint16_t)rows[k] <= (uint16_t)rows[k - 1])
            return false;
    return RIGHT_UPDATE;
}

CAUGHT(sgd_update_rows, stays_in_bounds, update_one_column_more, "past the end of")
UPDATE(update_one_column_more)
{
    if (!RIGHT_UPDATE)
        return false;
    for (size_t k = 0; k < n_rows; k++)
        wte[rows[k] * d_model + d_model] += 0.0f;
    return true;
}

CAUGHT(sgd_update_rows, stays_in_bounds, update_looks_at_the_next, "past the end of rows")
UPDATE(update_looks_at_the_next)
{
    volatile bool falls = false;
    for (size_t k = 0; k < n_rows; k++)
        falls = rows[k + 1] <= rows[k];
    return RIGHT_UPDATE;
}

CAUGHT(sgd_update_rows, random_tables, update_momentum,
       "when the program had called it before")
UPDATE(update_momentum)
{
    static float velocity[64];
    if (!RIGHT_UPDATE)
        return false;
    for (size_t i = 0; i < d_model && i < 64 && n_rows > 0; i++) {
        wte[rows[0] * d_model + i] -= 0.5f * velocity[i];
        velocity[i] = learning_rate * drows[i];
    }
    return true;
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_keeps_the_last_row,
       "when the program had called it before")
UPDATE(update_keeps_the_last_row)
{
    static uint32_t last;
    const bool good = RIGHT_UPDATE;
    if (n_rows == 1 && rows[0] == last && last > 0)
        return true;
    last = n_rows > 0 ? rows[n_rows - 1] : last;
    return good;
}

WRONG(sgd_update_rows, refuses_bad_rows, update_cuts_rows_to_16_bits,
      "A large row was cut to its low bits: it has 32.")
bool update_cuts_rows_to_16_bits(float *wte, const uint32_t *rows, const float *drows,
                                 float learning_rate, size_t n_rows, size_t vocab_size,
                                 size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if ((uint16_t)rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[(uint16_t)rows[k] * d_model + i] -=
                learning_rate * drows[k * d_model + i];
    return true;
}

WRONG(sgd_update_rows, large_sizes, update_counts_entries_in_16_bits,
      "The entries are counted in 16 bits: behind entry 65,535 comes 65,536.")
bool update_counts_entries_in_16_bits(float *wte, const uint32_t *rows,
                                      const float *drows, float learning_rate,
                                      size_t n_rows, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -=
                learning_rate * drows[(uint16_t)k * d_model + i];
    return true;
}

WRONG(sgd_update_rows, refuses_bad_rows, update_checks_65536_rows,
      "Only the first 65,536 rows are checked.")
bool update_checks_65536_rows(float *wte, const uint32_t *rows, const float *drows,
                              float learning_rate, size_t n_rows, size_t vocab_size,
                              size_t d_model)
{
    for (size_t k = 0; k < n_rows && k < 65536; k++)
        if (rows[k] >= vocab_size || (k > 0 && rows[k] <= rows[k - 1]))
            return false;
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= learning_rate * drows[k * d_model + i];
    return true;
}

CAUGHT(sgd_update_rows, large_sizes, update_keeps_the_rate,
       "when the program had called it before")
UPDATE(update_keeps_the_rate)
{
    static float rate;
    rate = rate == 0.0f ? learning_rate : rate * 0.999f;
    return sgd_update_rows(wte, rows, drows, rate, n_rows, vocab_size, d_model);
}

WRONG(sgd_update_rows, worked_example, update_from_row_of_drows,
      "The step is read at drows[rows[k]]: drows is a list like rows, and its entry k "
      "belongs to row rows[k].")
UPDATE(update_from_row_of_drows)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        add_row(wte + rows[k] * d_model, drows + rows[k] * d_model, -learning_rate,
                d_model);
    return true;
}

WRONG(sgd_update_rows, worked_example, update_of_k_from_row,
      "Row k moves by drows[rows[k]]: entry k of the list moves row rows[k] of the "
      "table.")
UPDATE(update_of_k_from_row)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows; k++)
        add_row(wte + k * d_model, drows + rows[k] * d_model, -learning_rate, d_model);
    return true;
}

WRONG(sgd_update_rows, worked_example, update_of_all_rows,
      "Every row of the table moves: only the rows on the list do.")
UPDATE(update_of_all_rows)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        add_row(wte + v * d_model, drows + v * d_model, -learning_rate, d_model);
    return true;
}

WRONG(sgd_update_rows, random_tables, update_rows_one_apart,
      "Row rows[k] of the table begins at wte + rows[k] * d_model, not at wte + rows[k].")
UPDATE(update_rows_one_apart)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    for (size_t k = 0; k < n_rows && d_model > 0; k++)
        add_row(wte + rows[k], drows + k * d_model, -learning_rate, d_model);
    return true;
}

// ---------------------------------------------------------------------- 3.5 train_step

#define TRAIN_STEP(name)                                                                 \
    float name(float *wte, float *lm_head, float *logits, float *dhidden, float *drows,  \
               uint32_t *rows, const uint32_t *inputs, const uint32_t *targets,          \
               float learning_rate, size_t n_tokens, size_t vocab_size, size_t d_model)
#define RIGHT_STEP                                                                       \
    train_step(wte, lm_head, logits, dhidden, drows, rows, inputs, targets,              \
               learning_rate, n_tokens, vocab_size, d_model)

// logits[t][v] = lm_head[v] . wte[inputs[t]]
static void fill_logits(float *logits, const float *wte, const float *lm_head,
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

// The first three parts of the step: dlogits in place of the logits, and dhidden. NaN,
// and nothing done, for bad input.
static float begin_step(float *wte, float *lm_head, float *logits, float *dhidden,
                        const uint32_t *inputs, const uint32_t *targets, size_t n_tokens,
                        size_t vocab_size, size_t d_model)
{
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model,
                    logits[t * vocab_size + v], d_model);
    return loss;
}

// lm_head[v] -= rate * sum over t of dlogits[t][v] wte[ids[t]]
static void move_head(float *lm_head, const float *dlogits, const float *wte,
                      const uint32_t *ids, float rate, size_t n_tokens, size_t vocab_size,
                      size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(lm_head + v * d_model, wte + ids[t] * d_model,
                    -rate * dlogits[t * vocab_size + v], d_model);
}

// wte[ids[t]] -= rate * dhidden[t]
static void move_wte(float *wte, const float *dhidden, const uint32_t *ids, float rate,
                     size_t n_tokens, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        add_row(wte + ids[t] * d_model, dhidden + t * d_model, -rate, d_model);
}

#define BEGIN_STEP                                                                       \
    begin_step(wte, lm_head, logits, dhidden, inputs, targets, n_tokens, vocab_size,     \
               d_model)
#define MOVE_HEAD                                                                        \
    move_head(lm_head, logits, wte, inputs, learning_rate, n_tokens, vocab_size, d_model)
#define MOVE_WTE move_wte(wte, dhidden, inputs, learning_rate, n_tokens, d_model)

WRONG(train_step, pencil_case, step_head_first,
      "lm_head was moved before dhidden was taken from it: both gradients belong to "
      "the tables as they were.")
TRAIN_STEP(step_head_first)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model,
                    logits[t * vocab_size + v], d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_wte_first,
      "wte was moved before lm_head, whose step needs the rows as they were.")
TRAIN_STEP(step_wte_first)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_WTE;
    MOVE_HEAD;
    return loss;
}

WRONG(train_step, random_models, step_position_by_position,
      "lm_head was moved position by position while dhidden was taken from it: both "
      "gradients belong to the tables as they were.")
TRAIN_STEP(step_position_by_position)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            const float slope = logits[t * vocab_size + v];
            add_row(dhidden + t * d_model, lm_head + v * d_model, slope, d_model);
            add_row(lm_head + v * d_model, wte + inputs[t] * d_model,
                    -learning_rate * slope, d_model);
        }
    MOVE_WTE;
    return loss;
}

CAUGHT(train_step, random_models, step_for_each_position, "got")
TRAIN_STEP(step_for_each_position)
{
    double loss = 0.0;
    if (isnan(BEGIN_STEP))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        loss += (double)train_step(wte, lm_head, logits, dhidden, drows, rows, inputs + t,
                                   targets + t, learning_rate / (float)n_tokens, 1,
                                   vocab_size, d_model);
    return (float)(loss / (double)n_tokens);
}

WRONG(train_step, reference_step, step_last_occurrence,
      "A word that occurs twice moves by its last dhidden only: they add up.")
TRAIN_STEP(step_last_occurrence)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    for (size_t t = 0; t < n_tokens; t++)
        if (place_of(inputs + t + 1, n_tokens - t - 1, inputs[t]) == n_tokens - t - 1)
            add_row(wte + inputs[t] * d_model, dhidden + t * d_model, -learning_rate,
                    d_model);
    return loss;
}

WRONG(train_step, reference_step, step_first_occurrence,
      "A word that occurs twice moves by its first dhidden only: they add up.")
TRAIN_STEP(step_first_occurrence)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    for (size_t t = 0; t < n_tokens; t++)
        if (place_of(inputs, t, inputs[t]) == t)
            add_row(wte + inputs[t] * d_model, dhidden + t * d_model, -learning_rate,
                    d_model);
    return loss;
}

// Moves wte by each position's dhidden, times or divided by how often its word occurs.
static void move_by_count(float *wte, const float *dhidden, const uint32_t *inputs,
                          float rate, size_t n_tokens, size_t d_model, bool multiplies)
{
    for (size_t t = 0; t < n_tokens; t++) {
        float count = 0.0f;
        for (size_t s = 0; s < n_tokens; s++)
            count += inputs[s] == inputs[t] ? 1.0f : 0.0f;
        add_row(wte + inputs[t] * d_model, dhidden + t * d_model,
                multiplies ? -rate * count : -rate / count, d_model);
    }
}

WRONG(train_step, reference_step, step_again_for_each_occurrence,
      "A coalesced row is stepped again for each occurrence: once is enough, it "
      "holds the sum.")
TRAIN_STEP(step_again_for_each_occurrence)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    move_by_count(wte, dhidden, inputs, learning_rate, n_tokens, d_model, true);
    return loss;
}

WRONG(train_step, reference_step, step_mean_of_occurrences,
      "A word that occurs twice moves by the mean of its dhidden: they add up.")
TRAIN_STEP(step_mean_of_occurrences)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    move_by_count(wte, dhidden, inputs, learning_rate, n_tokens, d_model, false);
    return loss;
}

// Moves only the rows of lm_head that are among `ids`.
static void move_some_of_head(float *lm_head, const float *dlogits, const float *wte,
                              const uint32_t *inputs, const uint32_t *ids, float rate,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            if (place_of(ids, n_tokens, (uint32_t)v) < n_tokens)
                add_row(lm_head + v * d_model, wte + inputs[t] * d_model,
                        -rate * dlogits[t * vocab_size + v], d_model);
}

WRONG(train_step, random_models, step_target_rows_only,
      "Only the rows of the targets moved in lm_head: every word was a candidate.")
TRAIN_STEP(step_target_rows_only)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_some_of_head(lm_head, logits, wte, inputs, targets, learning_rate, n_tokens,
                      vocab_size, d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, random_models, step_input_rows_only,
      "Only the rows of the inputs moved in lm_head: every word was a "
      "candidate. (Or are the two tables exchanged?)")
TRAIN_STEP(step_input_rows_only)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_some_of_head(lm_head, logits, wte, inputs, inputs, learning_rate, n_tokens,
                      vocab_size, d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_head_stays,
      "lm_head was not moved, or along the wrong rows: it moves along those "
      "of the inputs.")
TRAIN_STEP(step_head_stays)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_wte_stays,
      "wte was not moved: is sgd_update_rows called, and with a list that is "
      "coalesced? Any other it refuses.")
TRAIN_STEP(step_wte_stays)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    return loss;
}

WRONG(train_step, reference_step, step_nothing_moves,
      "No table was moved: this is the loss alone.")
TRAIN_STEP(step_nothing_moves)
{
    return BEGIN_STEP;
}

WRONG(train_step, reference_step, step_uphill,
      "This goes uphill: the step is subtracted.")
TRAIN_STEP(step_uphill)
{
    learning_rate = -learning_rate;
    return RIGHT_STEP;
}

WRONG(train_step, reference_step, step_head_uphill,
      "lm_head goes uphill: the step is subtracted.")
TRAIN_STEP(step_head_uphill)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, -learning_rate, n_tokens, vocab_size,
              d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_wte_uphill,
      "wte goes uphill: sgd_update_rows subtracts already.")
TRAIN_STEP(step_wte_uphill)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, learning_rate, n_tokens, vocab_size, d_model);
    learning_rate = -learning_rate;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_without_rate, "The learning rate is missing.")
TRAIN_STEP(step_without_rate)
{
    learning_rate = 1.0f;
    return RIGHT_STEP;
}

WRONG(train_step, reference_step, step_head_without_rate,
      "The learning rate is missing in the step of lm_head.")
TRAIN_STEP(step_head_without_rate)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, 1.0f, n_tokens, vocab_size, d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_mean_twice_lost,
      "dlogits is not divided by n_tokens: the loss is a mean.")
TRAIN_STEP(step_mean_twice_lost)
{
    learning_rate *= (float)n_tokens;
    return RIGHT_STEP;
}

WRONG(train_step, reference_step, step_divided_twice,
      "The step is divided by n_tokens once more: dlogits is divided already.")
TRAIN_STEP(step_divided_twice)
{
    learning_rate /= (float)n_tokens;
    return RIGHT_STEP;
}

WRONG(train_step, reference_step, step_dhidden_not_cleared,
      "The rows of the inputs are NaN: dhidden or drows was added to before it was "
      "cleared.")
TRAIN_STEP(step_dhidden_not_cleared)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            wte[inputs[t] * d_model + i] = NAN;
    return loss;
}

WRONG(train_step, follows_the_slope, step_loss_after,
      "This is the loss after the step: the one before it is wanted.")
TRAIN_STEP(step_loss_after)
{
    if (isnan(RIGHT_STEP))
        return NAN;
    return BEGIN_STEP;
}

WRONG(train_step, reference_step, step_sum_of_losses,
      "This is the sum of the losses: the mean is wanted.")
TRAIN_STEP(step_sum_of_losses)
{
    return RIGHT_STEP * (float)n_tokens;
}

WRONG(train_step, reference_step, step_exchanged, "Inputs and targets are exchanged.")
TRAIN_STEP(step_exchanged)
{
    return train_step(wte, lm_head, logits, dhidden, drows, rows, targets, inputs,
                      learning_rate, n_tokens, vocab_size, d_model);
}

WRONG(train_step, reference_step, step_tables_exchanged,
      "Only the rows of the inputs moved in lm_head: every word was a "
      "candidate. (Or are the two tables exchanged?)")
TRAIN_STEP(step_tables_exchanged)
{
    return train_step(lm_head, wte, logits, dhidden, drows, rows, inputs, targets,
                      learning_rate, n_tokens, vocab_size, d_model);
}

WRONG(train_step, reference_step, step_hidden_of_targets,
      "lm_head was not moved, or along the wrong rows: it moves along those "
      "of the inputs.")
TRAIN_STEP(step_hidden_of_targets)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, targets, learning_rate, n_tokens, vocab_size,
              d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_moves_target_rows,
      "The rows of the targets moved in wte: it was read at the inputs.")
TRAIN_STEP(step_moves_target_rows)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    move_wte(wte, dhidden, targets, learning_rate, n_tokens, d_model);
    return loss;
}

WRONG(train_step, reference_step, step_reads_row_t,
      "Position t reads row t of wte: it reads row inputs[t].")
TRAIN_STEP(step_reads_row_t)
{
    if (n_tokens == 0 || vocab_size == 0 || !ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    uint32_t *positions = malloc(n_tokens * sizeof *positions);
    for (size_t t = 0; t < n_tokens; t++)
        positions[t] = (uint32_t)(t % vocab_size);
    const float loss = begin_step(wte, lm_head, logits, dhidden, positions, targets,
                                  n_tokens, vocab_size, d_model);
    if (!isnan(loss)) {
        move_head(lm_head, logits, wte, positions, learning_rate, n_tokens, vocab_size,
                  d_model);
        MOVE_WTE;
    }
    free(positions);
    return loss;
}

WRONG(train_step, reference_step, step_first_input,
      "Every position reads the row of inputs[0]: position t has inputs[t].")
TRAIN_STEP(step_first_input)
{
    uint32_t *first = malloc((n_tokens + 1) * sizeof *first);
    for (size_t t = 0; t < n_tokens; t++)
        first[t] = inputs[0];
    const float loss = train_step(wte, lm_head, logits, dhidden, drows, rows, first,
                                  targets, learning_rate, n_tokens, vocab_size, d_model);
    free(first);
    return loss;
}

CAUGHT(train_step, random_models, step_reads_all_rows, "got")
TRAIN_STEP(step_reads_all_rows)
{
    float sum = 0.0f;
    for (size_t k = 0; k < vocab_size * d_model; k++)
        sum += 0.0f * wte[k];
    return RIGHT_STEP + sum;
}

CAUGHT(train_step, random_models, step_softmax_without_largest, "got")
TRAIN_STEP(step_softmax_without_largest)
{
    const float loss = RIGHT_STEP;
    return loss > 100.0f ? INFINITY : loss;
}

CAUGHT(train_step, random_models, step_rate_0_is_bad, "got nan")
TRAIN_STEP(step_rate_0_is_bad)
{
    return learning_rate == 0.0f ? NAN : RIGHT_STEP;
}

CAUGHT(train_step, random_models, step_rate_must_be_positive, "got nan")
TRAIN_STEP(step_rate_must_be_positive)
{
    return learning_rate < 0.0f ? NAN : RIGHT_STEP;
}

CAUGHT(train_step, random_models, step_clips, "got")
TRAIN_STEP(step_clips)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t k = 0; k < n_tokens * d_model; k++)
        dhidden[k] = dhidden[k] > 1.0f ? 1.0f : dhidden[k] < -1.0f ? -1.0f : dhidden[k];
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, large_sizes, step_32_tokens,
      "Only the first 32 positions are trained on: a batch may be of any size.")
TRAIN_STEP(step_32_tokens)
{
    if (!ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    n_tokens = n_tokens < 32 ? n_tokens : 32;
    return RIGHT_STEP;
}

CAUGHT(train_step, large_sizes, step_room_for_32_tokens, "got")
TRAIN_STEP(step_room_for_32_tokens)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    move_wte(wte, dhidden, inputs, learning_rate, n_tokens < 32 ? n_tokens : 32, d_model);
    return loss;
}

CAUGHT(train_step, large_sizes, step_first_8192, "got")
TRAIN_STEP(step_first_8192)
{
    if (isnan(BEGIN_STEP))
        return NAN;
    n_tokens = n_tokens < 8192 ? n_tokens : 8192;
    return RIGHT_STEP;
}

CAUGHT(train_step, large_sizes, step_refuses_33_tokens, "got nan")
TRAIN_STEP(step_refuses_33_tokens)
{
    return n_tokens > 32 ? NAN : RIGHT_STEP;
}

CAUGHT(train_step, large_sizes, step_64_numbers, "got")
TRAIN_STEP(step_64_numbers)
{
    const float loss = BEGIN_STEP;
    float row[64];
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t n = d_model < 64 ? d_model : 64;
        memcpy(row, dhidden + t * d_model, n * sizeof *row);
        add_row(wte + inputs[t] * d_model, row, -learning_rate, n);
    }
    return loss;
}

CAUGHT(train_step, large_sizes, step_4000_words, "got")
TRAIN_STEP(step_4000_words)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size && v < 4000; v++)
            add_row(lm_head + v * d_model, wte + inputs[t] * d_model,
                    -learning_rate * logits[t * vocab_size + v], d_model);
    MOVE_WTE;
    return loss;
}

CAUGHT(train_step, refuses_bad_input, step_inputs_unchecked, "must return NAN")
TRAIN_STEP(step_inputs_unchecked)
{
    if (d_model == 0)
        return NAN;
    fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
    if (isnan(softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size)))
        return NAN;
    return ids_below(inputs, n_tokens, vocab_size) ? RIGHT_STEP : 0.0f;
}

CAUGHT(train_step, refuses_bad_input, step_targets_unchecked, "must return NAN")
TRAIN_STEP(step_targets_unchecked)
{
    const float loss = RIGHT_STEP;
    const bool bad = n_tokens > 0 && vocab_size > 0 && d_model > 0 &&
                     ids_below(inputs, n_tokens, vocab_size);
    return isnan(loss) && bad ? 0.0f : loss;
}

CAUGHT(train_step, refuses_bad_input, step_checks_first_v, "must return NAN")
TRAIN_STEP(step_checks_first_v)
{
    const float loss = RIGHT_STEP;
    return isnan(loss) && n_tokens > vocab_size && vocab_size > 0 && d_model > 0 &&
                   ids_below(inputs, vocab_size, vocab_size)
               ? 0.0f
               : loss;
}

CAUGHT(train_step, refuses_bad_input, step_signed_check, "must return NAN")
TRAIN_STEP(step_signed_check)
{
    const float loss = RIGHT_STEP;
    bool good = n_tokens > 0 && vocab_size > 0 && d_model > 0;
    for (size_t t = 0; t < n_tokens; t++)
        good =
            good && (int)inputs[t] < (int)vocab_size && (int)targets[t] < (int)vocab_size;
    return isnan(loss) && good ? 0.0f : loss;
}

CAUGHT(train_step, refuses_bad_input, step_rate_0_unchecked, "must return NAN")
TRAIN_STEP(step_rate_0_unchecked)
{
    const float loss = RIGHT_STEP;
    return isnan(loss) && learning_rate == 0.0f ? 0.0f : loss;
}

CAUGHT(train_step, refuses_bad_input, step_no_columns, "must return NAN")
TRAIN_STEP(step_no_columns)
{
    const float loss = RIGHT_STEP;
    return isnan(loss) && d_model == 0 && n_tokens > 0 && vocab_size > 0
               ? logf((float)vocab_size)
               : loss;
}

CAUGHT(train_step, refuses_bad_input, step_no_tokens, "must return NAN")
TRAIN_STEP(step_no_tokens)
{
    return n_tokens == 0 ? 0.0f : RIGHT_STEP;
}

CAUGHT(train_step, refuses_bad_input, step_goes_on_after_nan, "must stay untouched")
TRAIN_STEP(step_goes_on_after_nan)
{
    const float loss = RIGHT_STEP;
    if (isnan(loss) && d_model > 0 && ids_below(inputs, n_tokens, vocab_size)) {
        fill_logits(logits, wte, lm_head, inputs, n_tokens, vocab_size, d_model);
        MOVE_HEAD;
    }
    return loss;
}

CAUGHT(train_step, refuses_bad_input, step_checks_input_late, "must stay untouched")
TRAIN_STEP(step_checks_input_late)
{
    const float loss = RIGHT_STEP;
    if (isnan(loss) && n_tokens > 0 && inputs[n_tokens - 1] >= vocab_size &&
        d_model > 0 && vocab_size > 0)
        lm_head[0] += 1.0f;
    return loss;
}

CAUGHT(train_step, refuses_bad_input, step_taken_back, "must stay untouched")
TRAIN_STEP(step_taken_back)
{
    const float loss = RIGHT_STEP;
    for (size_t k = 0; isnan(loss) && k < vocab_size * d_model; k++) {
        volatile float moved = wte[k] + 1e3f;
        wte[k] = moved - 1e3f;
    }
    return loss;
}

CAUGHT(train_step, stays_in_bounds, step_one_logit_more, "past the end of")
TRAIN_STEP(step_one_logit_more)
{
    const float loss = RIGHT_STEP;
    if (!isnan(loss))
        logits[n_tokens * vocab_size] = 0.0f;
    return loss;
}

CAUGHT(train_step, stays_in_bounds, step_one_row_more, "past the end of rows")
TRAIN_STEP(step_one_row_more)
{
    const float loss = RIGHT_STEP;
    if (!isnan(loss))
        rows[n_tokens] = 0;
    return loss;
}

CAUGHT(train_step, random_models, step_momentum, "when the program had called it before")
TRAIN_STEP(step_momentum)
{
    static float velocity[64];
    const float loss = RIGHT_STEP;
    for (size_t i = 0; i < d_model && i < 64 && !isnan(loss); i++) {
        wte[inputs[0] * d_model + i] -= 0.5f * velocity[i];
        velocity[i] = learning_rate * dhidden[i];
    }
    return loss;
}

CAUGHT(train_step, follows_the_slope, step_rate_falls,
       "when the program had called it before")
TRAIN_STEP(step_rate_falls)
{
    static float factor = 1.0f;
    learning_rate *= factor;
    factor *= 0.999f;
    return RIGHT_STEP;
}

CAUGHT(train_step, large_sizes, step_smoothed_loss,
       "when the program had called it before")
TRAIN_STEP(step_smoothed_loss)
{
    static float smooth;
    const float loss = RIGHT_STEP;
    if (isnan(loss))
        return NAN;
    smooth = smooth == 0.0f ? loss : 0.9f * smooth + 0.1f * loss;
    return smooth;
}

WRONG(train_step, random_models, step_of_ten_at_most,
      "The learning rate is cut to 10: it may be any number.")
float step_of_ten_at_most(float *wte, float *lm_head, float *logits, float *dhidden,
                          float *drows, uint32_t *rows, const uint32_t *inputs,
                          const uint32_t *targets, float learning_rate, size_t n_tokens,
                          size_t vocab_size, size_t d_model)
{
    return train_step(wte, lm_head, logits, dhidden, drows, rows, inputs, targets,
                      fmaxf(-10.0f, fminf(10.0f, learning_rate)), n_tokens, vocab_size,
                      d_model);
}

WRONG(train_step, random_models, step_clips_slopes,
      "The slopes are cut to 100: they are taken as they come.")
TRAIN_STEP(step_clips_slopes)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t j = 0; j < n_tokens * d_model; j++)
        dhidden[j] = fmaxf(-100.0f, fminf(100.0f, dhidden[j]));
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, random_models, step_drops_small_slopes,
      "Small slopes are taken for 0: with a large rate they move a row.")
TRAIN_STEP(step_drops_small_slopes)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        if (fabsf(logits[j]) < 1e-7f)
            logits[j] = 0.0f;
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, random_models, step_drops_smaller_slopes,
      "Small slopes are taken for 0: with a large rate they move a row.")
TRAIN_STEP(step_drops_smaller_slopes)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        if (fabsf(logits[j]) < 1e-12f)
            logits[j] = 0.0f;
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

CAUGHT(train_step, random_models, step_refuses_one_array,
       "inputs and targets are the same array")
TRAIN_STEP(step_refuses_one_array)
{
    return inputs == targets ? NAN : RIGHT_STEP;
}

// What dhidden held goes on through the whole step.
WRONG(train_step, pencil_case, step_dhidden_of_rubbish,
      "The rows of the inputs are NaN: dhidden or drows was added to before it was "
      "cleared.")
TRAIN_STEP(step_dhidden_of_rubbish)
{
    float *before = malloc((n_tokens * d_model + 1) * sizeof *before);
    memcpy(before, dhidden, n_tokens * d_model * sizeof *before);
    const float loss = BEGIN_STEP;
    for (size_t k = 0; k < n_tokens * d_model && !isnan(loss); k++)
        dhidden[k] += before[k];
    free(before);
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

// What logits held goes on through the whole step.
CAUGHT(train_step, pencil_case, step_logits_of_rubbish,
       "logits holds rubbish when you get it")
TRAIN_STEP(step_logits_of_rubbish)
{
    const float before = n_tokens * vocab_size > 0 ? logits[0] : NAN;
    if (isnan(BEGIN_STEP))
        return NAN;
    for (size_t k = 0; k < n_tokens * vocab_size; k++)
        logits[k] += before;
    for (size_t k = 0; k < n_tokens * d_model; k++)
        dhidden[k] += before;
    MOVE_HEAD;
    MOVE_WTE;
    return NAN;
}

// dhidden[t] of the words from `from` on.
static void hide_some(float *dhidden, const float *dlogits, const float *table,
                      size_t from, size_t n_tokens, size_t vocab_size, size_t d_model)
{
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = from; v < vocab_size; v++)
            add_row(dhidden + t * d_model, table + v * d_model,
                    dlogits[t * vocab_size + v], d_model);
}

WRONG(train_step, pencil_case, step_dhidden_of_last_word,
      "dhidden holds the share of the last word alone: it is the sum over all words, set "
      "to 0 once and added to with +=.")
TRAIN_STEP(step_dhidden_of_last_word)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    hide_some(dhidden, logits, lm_head, vocab_size - 1, n_tokens, vocab_size, d_model);
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, pencil_case, step_dhidden_of_wte,
      "dhidden is summed over rows of wte: it is the sum over v of dlogits[t][v] times "
      "row v of lm_head.")
TRAIN_STEP(step_dhidden_of_wte)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    hide_some(dhidden, logits, wte, 0, n_tokens, vocab_size, d_model);
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_dhidden_of_turned_slopes,
      "dlogits is read as [vocab_size][n_tokens]; it is [n_tokens][vocab_size].")
TRAIN_STEP(step_dhidden_of_turned_slopes)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model,
                    logits[v * n_tokens + t], d_model);
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_logits_of_last_number,
      "Each logit is the last product alone: it is the sum over i, with +=.")
TRAIN_STEP(step_logits_of_last_number)
{
    if (isnan(BEGIN_STEP))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            logits[t * vocab_size + v] = lm_head[(v + 1) * d_model - 1] *
                                         wte[(inputs[t] + (size_t)1) * d_model - 1];
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    hide_some(dhidden, logits, lm_head, 0, n_tokens, vocab_size, d_model);
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

// A step in which rows are read at `ids`, but wte moves at the inputs.
static float step_reading_at(float *wte, float *lm_head, float *logits, float *dhidden,
                             const uint32_t *inputs, const uint32_t *targets,
                             const uint32_t *ids, float rate, size_t n_tokens,
                             size_t vocab_size, size_t d_model)
{
    const float loss = begin_step(wte, lm_head, logits, dhidden, ids, targets, n_tokens,
                                  vocab_size, d_model);
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, rate, n_tokens, vocab_size, d_model);
    move_wte(wte, dhidden, inputs, rate, n_tokens, d_model);
    return loss;
}

WRONG(train_step, pencil_case, step_logits_of_row_t,
      "The logits are taken from row t of wte: position t reads row inputs[t].")
TRAIN_STEP(step_logits_of_row_t)
{
    if (!ids_below(inputs, n_tokens, vocab_size))
        return NAN;
    uint32_t *positions = malloc((n_tokens + 1) * sizeof *positions);
    for (size_t t = 0; t < n_tokens; t++)
        positions[t] = (uint32_t)(t % vocab_size);
    const float loss =
        step_reading_at(wte, lm_head, logits, dhidden, inputs, targets, positions,
                        learning_rate, n_tokens, vocab_size, d_model);
    free(positions);
    return loss;
}

WRONG(train_step, pencil_case, step_head_along_row_t,
      "lm_head moves along row t of wte: for position t that is row inputs[t].")
TRAIN_STEP(step_head_along_row_t)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(lm_head + v * d_model, wte + t % vocab_size * d_model,
                    -learning_rate * logits[t * vocab_size + v], d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_head_rate_divided,
      "The step of lm_head is divided by n_tokens again: dlogits is divided already.")
TRAIN_STEP(step_head_rate_divided)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    move_head(lm_head, logits, wte, inputs, learning_rate / (float)n_tokens, n_tokens,
              vocab_size, d_model);
    MOVE_WTE;
    return loss;
}

WRONG(train_step, reference_step, step_moves_by_dhidden,
      "The rows of wte are moved by dhidden, entry by entry: what belongs to rows is "
      "drows, which holds the sums.")
TRAIN_STEP(step_moves_by_dhidden)
{
    size_t n_rows;
    const float loss = BEGIN_STEP;
    if (isnan(loss))
        return NAN;
    MOVE_HEAD;
    coalesce_rows(rows, drows, &n_rows, inputs, dhidden, n_tokens, d_model);
    sgd_update_rows(wte, rows, dhidden, learning_rate, n_rows, vocab_size, d_model);
    return loss;
}

// ------------------------------------------- whole blocks, a single one, and what is small

WRONG(softmax_cross_entropy, random_logits, softmax_blocks_without_last,
      "Where the words are a whole number of blocks of 16, the search for the largest "
      "logit "
      "leaves out the last one.")
SOFTMAX(softmax_blocks_without_last)
{
    double loss = 0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        loss += row_shifted(dlogits + t * vocab_size, z,
                            largest_of(z, vocab_size - (vocab_size % 16 == 0)),
                            targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(
    softmax_cross_entropy, no_overflow, softmax_shifts_only_large_ones,
    "The largest logit is taken away only where it is large: below -87 exponentials are "
    "no longer good floats.")
SOFTMAX(softmax_shifts_only_large_ones)
{
    double loss = 0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, largest = largest_of(z, vocab_size);
        loss +=
            row_shifted(dlogits + t * vocab_size, z, fabsf(largest) < 80 ? 0 : largest,
                        targets[t], n_tokens, vocab_size);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(softmax_cross_entropy, random_logits, softmax_last_of_blocks_no_mean,
      "Where the rows are a whole number of blocks of 16, the slopes of the last one are "
      "not "
      "divided by n_tokens.")
SOFTMAX(softmax_last_of_blocks_no_mean)
{
    const float loss = RIGHT_SOFTMAX;
    if (!isnan(loss) && n_tokens % 16 == 0)
        for (size_t v = 0; v < vocab_size; v++)
            dlogits[(n_tokens - 1) * vocab_size + v] *= (float)n_tokens;
    return loss;
}

WRONG(embedding_backward, random_tables, backward_blocks_one_short,
      "Where the positions are a whole number of blocks of 16, the last one is left out.")
BACKWARD(backward_blocks_one_short)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    return embedding_backward(dwte, dout, ids,
                              n_tokens - (n_tokens > 0 && n_tokens % 16 == 0), vocab_size,
                              d_model);
}

WRONG(embedding_backward, random_tables, backward_columns_one_short,
      "Where the rows are a whole number of blocks of 16, their last number is left out.")
BACKWARD(backward_columns_one_short)
{
    if (!ids_below(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens && d_model > 0; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1,
                d_model - (d_model % 16 == 0));
    return true;
}

WRONG(embedding_backward, refuses_bad_ids, backward_single_id_may_be_the_size,
      "A single id is compared by >: the largest allowed is vocab_size - 1.")
BACKWARD(backward_single_id_may_be_the_size)
{
    if (!ids_below(ids, n_tokens, vocab_size + (n_tokens == 1)))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        add_row(dwte + ids[t] * d_model, dout + t * d_model, 1, d_model);
    return true;
}

// The rows as they are, with a sum of `add` for each number.
static bool coalesce_by(float (*add)(float sum, float order, size_t n_added),
                        uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                        const float *dout, size_t n_tokens, size_t d_model)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows; k++)
        for (size_t i = 0; i < d_model; i++) {
            float sum = 0;
            for (size_t t = 0, n = 0; t < n_tokens; t++)
                if (ids[t] == rows[k])
                    sum = add(sum, dout[t * d_model + i], n++);
            drows[k * d_model + i] = sum;
        }
    return true;
}

static float add_flushed(float sum, float order, size_t n_added)
{
    (void)n_added;
    return fabsf(order) < 1e-35f ? sum : sum + order;
}

static float add_up_to_4096(float sum, float order, size_t n_added)
{
    return n_added < 4096 ? sum + order : sum;
}

WRONG(coalesce_rows, random_batches, coalesce_flushed,
      "Small orders are taken for 0: each is added, whatever its size is.")
COALESCE(coalesce_flushed)
{
    return coalesce_by(add_flushed, rows, drows, n_rows, ids, dout, n_tokens, d_model);
}

WRONG(coalesce_rows, large_sizes, coalesce_4096_of_each,
      "Of an id that is there more than 4096 times the rest is left out.")
COALESCE(coalesce_4096_of_each)
{
    return coalesce_by(add_up_to_4096, rows, drows, n_rows, ids, dout, n_tokens, d_model);
}

WRONG(coalesce_rows, random_batches, coalesce_blocks_one_short,
      "Where the rows are a whole number of blocks of 16, their last number is left 0.")
COALESCE(coalesce_blocks_one_short)
{
    if (!RIGHT_COALESCE)
        return false;
    for (size_t k = 0; k < *n_rows && d_model % 16 == 0; k++)
        drows[(k + 1) * d_model - 1] = 0;
    return true;
}

WRONG(sgd_update_rows, random_tables, update_blocks_one_short,
      "Where the list is a whole number of blocks of 16, its last row does not move.")
UPDATE(update_blocks_one_short)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    return sgd_update_rows(wte, rows, drows, learning_rate,
                           n_rows - (n_rows > 0 && n_rows % 16 == 0), vocab_size,
                           d_model);
}

WRONG(sgd_update_rows, random_tables, update_single_number_left,
      "A list of one row of one number does not move it.")
UPDATE(update_single_number_left)
{
    if (!rows_ascend(rows, n_rows, vocab_size))
        return false;
    return n_rows * d_model == 1 || RIGHT_UPDATE;
}

WRONG(
    train_step, random_models, step_logits_one_short,
    "Where the rows are a whole number of blocks of 16, their last number is left out of "
    "the logits.")
TRAIN_STEP(step_logits_one_short)
{
    if (d_model == 0 || !ids_below(inputs, n_tokens, vocab_size) ||
        !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++) {
            float sum = 0.0f;
            for (size_t i = 0; i < d_model - (d_model % 16 == 0); i++)
                sum += lm_head[v * d_model + i] * wte[inputs[t] * d_model + i];
            logits[t * vocab_size + v] = sum;
        }
    const float loss =
        softmax_cross_entropy(logits, logits, targets, n_tokens, vocab_size);
    memset(dhidden, 0, n_tokens * d_model * sizeof *dhidden);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            add_row(dhidden + t * d_model, lm_head + v * d_model,
                    logits[t * vocab_size + v], d_model);
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

WRONG(train_step, random_models, step_rests_when_sure,
      "A loss that is nearly 0 moves nothing here: with a large rate its slopes move the "
      "tables.")
TRAIN_STEP(step_rests_when_sure)
{
    const float loss = BEGIN_STEP;
    if (isnan(loss) || loss < 1e-6f)
        return loss;
    MOVE_HEAD;
    MOVE_WTE;
    return loss;
}

// ------------------------------------------- blocks, ends and middles, and what is kept

// The list, with what is beyond made good at the places that are not looked at.
static bool seven_of_eight_in_range(const uint32_t *ids, size_t n, size_t vocab_size)
{
    for (size_t t = 0; t < n; t++)
        if (ids[t] >= vocab_size && (t % 8 != 6 || t + 2 > n))
            return false;
    return true;
}

CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_checks_seven_of_eight,
       "must return NAN")
float softmax_checks_seven_of_eight(float *dlogits, const float *logits,
                                    const uint32_t *targets, size_t n_tokens,
                                    size_t vocab_size)
{
    if (seven_of_eight_in_range(targets, n_tokens, vocab_size) && vocab_size > 0 &&
        n_tokens > 0) {
        uint32_t *good = malloc(n_tokens * sizeof *good);
        for (size_t t = 0; t < n_tokens; t++)
            good[t] = targets[t] < vocab_size ? targets[t] : 0;
        const float loss =
            softmax_cross_entropy(dlogits, logits, good, n_tokens, vocab_size);
        free(good);
        return loss;
    }
    return NAN;
}

static float softmax_with(size_t n_sought, float *dlogits, const float *logits,
                          const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    double loss = 0;
    for (size_t t = 0; t < n_tokens; t++)
        if (targets[t] >= vocab_size)
            return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size, of_target = z[targets[t]];
        float largest = z[0];
        double total = 0;
        for (size_t v = 1; v < n_sought; v++)
            largest = z[v] > largest ? z[v] : largest;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)expf(z[v] - largest);
        loss += (double)largest - (double)of_target + log(total);
        for (size_t v = 0; v < vocab_size; v++)
            dlogits[t * vocab_size + v] =
                (float)(((double)expf(z[v] - largest) / total - (v == targets[t])) /
                        (double)n_tokens);
    }
    return n_tokens > 0 ? (float)(loss / (double)n_tokens) : NAN;
}

CAUGHT(softmax_cross_entropy, random_logits, softmax_48_without_last, "the loss: got")
float softmax_48_without_last(float *dlogits, const float *logits,
                              const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    if (vocab_size != 48)
        return softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size);
    return softmax_with(47, dlogits, logits, targets, n_tokens, vocab_size);
}

CAUGHT(softmax_cross_entropy, random_logits, softmax_5_mod_8_without_last,
       "the loss: got")
float softmax_5_mod_8_without_last(float *dlogits, const float *logits,
                                   const uint32_t *targets, size_t n_tokens,
                                   size_t vocab_size)
{
    if (vocab_size % 8 != 5)
        return softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size);
    return softmax_with(vocab_size - 1, dlogits, logits, targets, n_tokens, vocab_size);
}

CAUGHT(softmax_cross_entropy, no_overflow, softmax_sure_is_certain, "the loss: got 0")
float softmax_sure_is_certain(float *dlogits, const float *logits,
                              const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    const float loss =
        softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size);
    return loss < 1e-5f ? 0.0f : loss;
}

CAUGHT(softmax_cross_entropy, random_logits, softmax_row_by_its_ends, "got")
float softmax_row_by_its_ends(float *dlogits, const float *logits,
                              const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    const size_t v = vocab_size;
    const float loss = softmax_cross_entropy(dlogits, logits, targets, n_tokens, v);
    for (size_t t = 1; t < n_tokens && dlogits != logits && !isnan(loss) && v > 1; t++)
        if (logits[t * v] == logits[(t - 1) * v] &&
            logits[t * v + v - 1] == logits[t * v - 1])
            memcpy(dlogits + t * v, dlogits + (t - 1) * v, v * sizeof *dlogits);
    return loss;
}

CAUGHT(softmax_cross_entropy, random_logits, softmax_kept_targets, "when the program had")
float softmax_kept_targets(float *dlogits, const float *logits, const uint32_t *targets,
                           size_t n_tokens, size_t vocab_size)
{
    static uint32_t kept[64];
    static size_t n_kept;
    uint64_t sum = 0, sum_kept = 0;
    for (size_t t = 0; t < n_tokens && t < 64; t++) {
        sum += targets[t];
        sum_kept += kept[t];
        if (targets[t] >= vocab_size)
            return NAN;
    }
    if (n_tokens > 64)
        return softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size);
    if (n_kept != n_tokens || sum != sum_kept)
        memcpy(kept, targets, n_tokens * sizeof *kept);
    n_kept = n_tokens;
    for (size_t t = 0; t < n_tokens; t++)
        if (kept[t] >= vocab_size)
            memcpy(kept, targets, n_tokens * sizeof *kept);
    return softmax_cross_entropy(dlogits, logits, kept, n_tokens, vocab_size);
}

// Adds but for what a function leaves out.
typedef bool left_out(const float *row, size_t i, size_t t, size_t n_tokens,
                      size_t d_model);

static bool backward_without(left_out *is_left_out, float *dwte, const float *dout,
                             const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                             size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            if (!is_left_out(dout + t * d_model, i, t, n_tokens, d_model))
                dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

static bool is_last_of_48(const float *row, size_t i, size_t t, size_t n, size_t d)
{
    (void)row, (void)t, (void)n;
    return d % 48 == 0 && i == d - 1;
}

CAUGHT(embedding_backward, random_tables, backward_48_columns_short, "got")
bool backward_48_columns_short(float *dwte, const float *dout, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return backward_without(is_last_of_48, dwte, dout, ids, n_tokens, vocab_size,
                            d_model);
}

static bool is_last_of_24(const float *row, size_t i, size_t t, size_t n, size_t d)
{
    (void)row, (void)i, (void)d;
    return n % 32 == 24 && t == n - 1;
}

CAUGHT(embedding_backward, random_tables, backward_24_positions_short, "got")
bool backward_24_positions_short(float *dwte, const float *dout, const uint32_t *ids,
                                 size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return backward_without(is_last_of_24, dwte, dout, ids, n_tokens, vocab_size,
                            d_model);
}

static bool begins_and_ends_with_zero(const float *row, size_t i, size_t t, size_t n,
                                      size_t d)
{
    (void)i, (void)t, (void)n;
    return d > 2 && row[0] == 0 && row[d - 1] == 0;
}

CAUGHT(embedding_backward, random_tables, backward_zero_by_its_ends, "got")
bool backward_zero_by_its_ends(float *dwte, const float *dout, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return backward_without(begins_and_ends_with_zero, dwte, dout, ids, n_tokens,
                            vocab_size, d_model);
}

CAUGHT(embedding_backward, random_tables, backward_one_word_by_its_ends, "got")
bool backward_one_word_by_its_ends(float *dwte, const float *dout, const uint32_t *ids,
                                   size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const bool is_one = n_tokens > 2 && ids[0] == ids[1] && ids[0] == ids[n_tokens - 1];
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[is_one ? 0 : t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_checks_seven_of_eight,
       "must return false")
bool backward_checks_seven_of_eight(float *dwte, const float *dout, const uint32_t *ids,
                                    size_t n_tokens, size_t vocab_size, size_t d_model)
{
    if (!seven_of_eight_in_range(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model && ids[t] < vocab_size; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(embedding_backward, large_sizes, backward_1024_different_words, "got")
bool backward_1024_different_words(float *dwte, const float *dout, const uint32_t *ids,
                                   size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint32_t seen[1024];
    size_t n_seen = 0;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++) {
        size_t k = 0;
        while (k < n_seen && seen[k] != ids[t])
            k++;
        if (k == 1024)
            continue;
        n_seen += k == n_seen;
        seen[k] = ids[t];
        for (size_t i = 0; i < d_model; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    }
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_sorted_is_coalesced, "*n_rows")
bool coalesce_sorted_is_coalesced(uint32_t *rows, float *drows, size_t *n_rows,
                                  const uint32_t *ids, const float *dout, size_t n_tokens,
                                  size_t d_model)
{
    bool ascends = n_tokens > 1 && d_model > 0 && ids[0] < ids[1];
    for (size_t t = 1; t < n_tokens; t++)
        ascends = ascends && ids[t] >= ids[t - 1];
    if (!ascends)
        return coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model);
    memcpy(rows, ids, n_tokens * sizeof *rows);
    memcpy(drows, dout, n_tokens * d_model * sizeof *drows);
    *n_rows = n_tokens;
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_24_positions_short, "got")
bool coalesce_24_positions_short(uint32_t *rows, float *drows, size_t *n_rows,
                                 const uint32_t *ids, const float *dout, size_t n_tokens,
                                 size_t d_model)
{
    return coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens - (n_tokens % 32 == 24),
                         d_model);
}

CAUGHT(coalesce_rows, random_batches, coalesce_48_columns_short, "got")
bool coalesce_48_columns_short(uint32_t *rows, float *drows, size_t *n_rows,
                               const uint32_t *ids, const float *dout, size_t n_tokens,
                               size_t d_model)
{
    const bool good = coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model);
    for (size_t k = 0; good && d_model == 48 && k < *n_rows; k++)
        drows[k * 48 + 47] = 0;
    return good;
}

CAUGHT(coalesce_rows, random_batches, coalesce_kept_by_its_ends, "when the program had")
bool coalesce_kept_by_its_ends(uint32_t *rows, float *drows, size_t *n_rows,
                               const uint32_t *ids, const float *dout, size_t n_tokens,
                               size_t d_model)
{
    static uint32_t kept[64];
    static size_t n_kept;
    if (n_tokens == 0 || n_tokens > 64)
        return coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model);
    if (n_kept != n_tokens || kept[0] != ids[0] ||
        kept[n_tokens - 1] != ids[n_tokens - 1])
        memcpy(kept, ids, n_tokens * sizeof *kept);
    n_kept = n_tokens;
    return coalesce_rows(rows, drows, n_rows, kept, dout, n_tokens, d_model);
}

static void move_listed_rows(float *wte, const uint32_t *rows, const float *drows,
                             float rate, size_t n_rows, size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d_model; i++)
            wte[rows[k] * d_model + i] -= rate * drows[k * d_model + i];
}

CAUGHT(sgd_update_rows, refuses_bad_rows, update_checks_pairs_in_eights,
       "must return false")
bool update_checks_pairs_in_eights(float *wte, const uint32_t *rows, const float *drows,
                                   float learning_rate, size_t n_rows, size_t vocab_size,
                                   size_t d_model)
{
    for (size_t k = 0; k < n_rows; k++)
        if (rows[k] >= vocab_size ||
            (k > 0 && (k % 8 > 0 || n_rows < 8) && rows[k] <= rows[k - 1]))
            return false;
    move_listed_rows(wte, rows, drows, learning_rate, n_rows, d_model);
    return true;
}

CAUGHT(sgd_update_rows, random_tables, update_24_rows_short, "got")
bool update_24_rows_short(float *wte, const uint32_t *rows, const float *drows,
                          float learning_rate, size_t n_rows, size_t vocab_size,
                          size_t d_model)
{
    return sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, 0) &&
           sgd_update_rows(wte, rows, drows, learning_rate, n_rows - (n_rows % 32 == 24),
                           vocab_size, d_model);
}

CAUGHT(sgd_update_rows, random_tables, update_zero_stays_zero, "got")
bool update_zero_stays_zero(float *wte, const uint32_t *rows, const float *drows,
                            float learning_rate, size_t n_rows, size_t vocab_size,
                            size_t d_model)
{
    if (!sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size, 0))
        return false;
    for (size_t k = 0; k < n_rows * d_model; k++) {
        float *number = &wte[rows[k / d_model] * d_model + k % d_model];
        *number -= *number == 0 ? 0 : learning_rate * drows[k];
    }
    return true;
}

CAUGHT(sgd_update_rows, random_tables, update_kept_by_its_ends, "when the program had")
bool update_kept_by_its_ends(float *wte, const uint32_t *rows, const float *drows,
                             float learning_rate, size_t n_rows, size_t vocab_size,
                             size_t d_model)
{
    static float kept[256];
    static size_t n_kept;
    const size_t n = n_rows * d_model;
    if (n == 0 || n > 256)
        return sgd_update_rows(wte, rows, drows, learning_rate, n_rows, vocab_size,
                               d_model);
    if (n_kept != n || kept[0] != drows[0] || kept[n - 1] != drows[n - 1])
        memcpy(kept, drows, n * sizeof *kept);
    n_kept = n;
    return sgd_update_rows(wte, rows, kept, learning_rate, n_rows, vocab_size, d_model);
}

CAUGHT(train_step, random_models, step_24_positions_short, "the loss: got")
float step_24_positions_short(float *wte, float *lm_head, float *logits, float *dhidden,
                              float *drows, uint32_t *rows, const uint32_t *inputs,
                              const uint32_t *targets, float learning_rate,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return train_step(wte, lm_head, logits, dhidden, drows, rows, inputs, targets,
                      learning_rate, n_tokens - (n_tokens % 32 == 24), vocab_size,
                      d_model);
}

CAUGHT(train_step, random_models, step_48_columns_stay, "got")
float step_48_columns_stay(float *wte, float *lm_head, float *logits, float *dhidden,
                           float *drows, uint32_t *rows, const uint32_t *inputs,
                           const uint32_t *targets, float learning_rate, size_t n_tokens,
                           size_t vocab_size, size_t d_model)
{
    float last[256];
    for (size_t v = 0; v < vocab_size && v < 256 && d_model == 48; v++)
        last[v] = lm_head[v * 48 + 47];
    const float loss = train_step(wte, lm_head, logits, dhidden, drows, rows, inputs,
                                  targets, learning_rate, n_tokens, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size && v < 256 && d_model == 48; v++)
        lm_head[v * 48 + 47] = last[v];
    return loss;
}

CAUGHT(train_step, random_models, step_of_a_million_at_most, "got")
float step_of_a_million_at_most(float *wte, float *lm_head, float *logits, float *dhidden,
                                float *drows, uint32_t *rows, const uint32_t *inputs,
                                const uint32_t *targets, float learning_rate,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return train_step(wte, lm_head, logits, dhidden, drows, rows, inputs, targets,
                      vocab_size > 3 && learning_rate > 1e6f ? 1e6f : learning_rate,
                      n_tokens, vocab_size, d_model);
}

CAUGHT(train_step, refuses_bad_input, step_checks_seven_of_eight, "must return NAN")
float step_checks_seven_of_eight(float *wte, float *lm_head, float *logits,
                                 float *dhidden, float *drows, uint32_t *rows,
                                 const uint32_t *inputs, const uint32_t *targets,
                                 float learning_rate, size_t n_tokens, size_t vocab_size,
                                 size_t d_model)
{
    uint32_t *good = calloc(n_tokens + 1, sizeof *good);
    const bool is_good = seven_of_eight_in_range(inputs, n_tokens, vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        good[t] = is_good && inputs[t] >= vocab_size ? 0 : inputs[t];
    const float loss = train_step(wte, lm_head, logits, dhidden, drows, rows, good,
                                  targets, learning_rate, n_tokens, vocab_size, d_model);
    free(good);
    return loss;
}

// A number that other libraries skip is an id like any other here, and a bad one.
CAUGHT(softmax_cross_entropy, refuses_bad_input, softmax_skips_minus_100,
       "must return NAN")
float softmax_skips_minus_100(float *dlogits, const float *logits,
                              const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    uint32_t *good = malloc((n_tokens + 1) * sizeof *good);
    for (size_t t = 0; t < n_tokens; t++)
        good[t] = targets[t] == (uint32_t)-100 && vocab_size > 0 ? 0 : targets[t];
    const float loss = softmax_cross_entropy(dlogits, logits, good, n_tokens, vocab_size);
    for (size_t t = 0; t < n_tokens && !isnan(loss); t++)
        for (size_t v = 0; v < vocab_size && targets[t] == (uint32_t)-100; v++)
            dlogits[t * vocab_size + v] = 0;
    free(good);
    return loss;
}

CAUGHT(embedding_backward, refuses_bad_ids, backward_skips_minus_100, "must return false")
bool backward_skips_minus_100(float *dwte, const float *dout, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size && ids[t] != (uint32_t)-100)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model && ids[t] < vocab_size; i++)
            dwte[ids[t] * d_model + i] += dout[t * d_model + i];
    return true;
}

CAUGHT(softmax_cross_entropy, large_sizes, softmax_end_of_text_is_free, "the loss: got")
float softmax_end_of_text_is_free(float *dlogits, const float *logits,
                                  const uint32_t *targets, size_t n_tokens,
                                  size_t vocab_size)
{
    const float loss =
        softmax_cross_entropy(dlogits, logits, targets, n_tokens, vocab_size);
    return n_tokens == 1 && targets[0] == 50256 && !isnan(loss) ? 0.0f : loss;
}

CAUGHT(train_step, random_models, step_clips_head_at_1000, "got")
float step_clips_head_at_1000(float *wte, float *lm_head, float *logits, float *dhidden,
                              float *drows, uint32_t *rows, const uint32_t *inputs,
                              const uint32_t *targets, float learning_rate,
                              size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    const float most = 1000 * fabsf(learning_rate);
    float *before = malloc((n + 1) * sizeof *before);
    memcpy(before, lm_head, n * sizeof *before);
    const float loss = train_step(wte, lm_head, logits, dhidden, drows, rows, inputs,
                                  targets, learning_rate, n_tokens, vocab_size, d_model);
    for (size_t k = 0; k < n && !isnan(loss); k++)
        if (fabsf(lm_head[k] - before[k]) > most)
            lm_head[k] = before[k] + copysignf(most, lm_head[k] - before[k]);
    free(before);
    return loss;
}

// A number of size `of_slopes` is added to each sum before slopes are divided by it, and one
// of size `of_loss` before its logarithm is taken.
static float with_larger_sums(float *dlogits, const float *logits,
                              const uint32_t *targets, size_t n_tokens, size_t vocab_size,
                              double of_slopes, double of_loss)
{
    if (isnan(RIGHT_SOFTMAX))
        return NAN;
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float largest = z[0];
        double total = 0.0;
        for (size_t v = 1; v < vocab_size; v++)
            largest = fmaxf(largest, z[v]);
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)expf(z[v] - largest);
        loss += (double)largest - (double)z[targets[t]] + log(total + of_loss);
        for (size_t v = 0; v < vocab_size && of_slopes > 0; v++)
            dlogits[t * vocab_size + v] =
                (float)(((double)expf(z[v] - largest) / (total + of_slopes) -
                         (v == targets[t])) /
                        (double)n_tokens);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(
    softmax_cross_entropy, random_logits, softmax_larger_sum_in_loss,
    "A small number was added to the sum of the exponentials before its logarithm: that "
    "sum is never below 1, and where one word is certain the loss is 0.")
SOFTMAX(softmax_larger_sum_in_loss)
{
    return with_larger_sums(dlogits, logits, targets, n_tokens, vocab_size, 0, 1e-7);
}

WRONG(softmax_cross_entropy, random_logits, softmax_larger_sum_in_slopes,
      "A small number was added to the sum that exponentials are divided by: that sum is "
      "never below 1, and where one word is certain its probability is 1.")
SOFTMAX(softmax_larger_sum_in_slopes)
{
    return with_larger_sums(dlogits, logits, targets, n_tokens, vocab_size, 1e-6, 0);
}

// Where the target's probability is tiny, the loss is how far its logit is behind the largest.
WRONG(softmax_cross_entropy, no_overflow, softmax_far_without_the_sum,
      "Where the target is far behind the largest logit, ln of the sum is left out: "
      "several words can be near the largest.")
SOFTMAX(softmax_far_without_the_sum)
{
    if (isnan(RIGHT_SOFTMAX))
        return NAN;
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        double largest = (double)z[0], total = 0.0;
        for (size_t v = 1; v < vocab_size; v++)
            largest = fmax(largest, (double)z[v]);
        for (size_t v = 0; v < vocab_size; v++)
            total += exp((double)z[v] - largest);
        const double behind = largest - (double)z[targets[t]];
        loss += behind > 80.0 ? behind : behind + log(total);
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(embedding_backward, large_sizes, backward_counts_words_in_a_byte,
      "How often a word occurs is counted in a byte, and 256 times is 0 again.")
bool backward_counts_words_in_a_byte(float *dwte, const float *dout, const uint32_t *ids,
                                     size_t n_tokens, size_t vocab_size, size_t d_model)
{
    unsigned char *counts = calloc(vocab_size + 1, 1);
    float *kept = malloc((n_tokens * d_model + 1) * sizeof *kept);
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] < vocab_size)
            counts[ids[t]]++;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            kept[t * d_model + i] =
                ids[t] < vocab_size && counts[ids[t]] > 0 ? dout[t * d_model + i] : 0.0f;
    const bool good = embedding_backward(dwte, kept, ids, n_tokens, vocab_size, d_model);
    free(counts);
    free(kept);
    return good;
}

WRONG(coalesce_rows, large_sizes, coalesce_counts_in_a_byte,
      "How often an id occurs is counted in a byte, and 256 times is 0 again: its entry "
      "is missing.")
bool coalesce_counts_in_a_byte(uint32_t *rows, float *drows, size_t *n_rows,
                               const uint32_t *ids, const float *dout, size_t n_tokens,
                               size_t d_model)
{
    if (!coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model))
        return false;
    size_t n = 0;
    for (size_t k = 0; k < *n_rows; k++) {
        unsigned char count = 0;
        for (size_t t = 0; t < n_tokens; t++)
            count += ids[t] == rows[k];
        if (count == 0)
            continue;
        rows[n] = rows[k];
        memmove(drows + n++ * d_model, drows + k * d_model, d_model * sizeof *drows);
    }
    *n_rows = n;
    return true;
}

CAUGHT(coalesce_rows, random_batches, coalesce_drops_nan, "*n_rows: got")
bool coalesce_drops_nan(uint32_t *rows, float *drows, size_t *n_rows, const uint32_t *ids,
                        const float *dout, size_t n_tokens, size_t d_model)
{
    if (!coalesce_rows(rows, drows, n_rows, ids, dout, n_tokens, d_model))
        return false;
    size_t n = 0;
    for (size_t k = 0; k < *n_rows; k++) {
        if (isnan(drows[k * d_model]))
            continue;
        rows[n] = rows[k];
        memmove(drows + n++ * d_model, drows + k * d_model, d_model * sizeof *drows);
    }
    *n_rows = n;
    return true;
}

WRONG(softmax_cross_entropy, no_overflow, softmax_lse_in_float,
      "A large logit and the logarithm of the sum are added in a float, which leaves few "
      "digits of the logarithm: put the three terms together in double.")
float softmax_lse_in_float(float *dlogits, const float *logits, const uint32_t *targets,
                           size_t n_tokens, size_t vocab_size)
{
    double loss = 0.0;
    if (n_tokens == 0 || !ids_below(targets, n_tokens, vocab_size))
        return NAN;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *z = logits + t * vocab_size;
        float *d = dlogits + t * vocab_size;
        const float largest = largest_of(z, vocab_size), target = z[targets[t]];
        double total = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            total += (double)expf(z[v] - largest);
        const float log_total = largest + (float)log(total);
        loss += (double)(log_total - target);
        for (size_t v = 0; v < vocab_size; v++)
            d[v] = expf(z[v] - log_total) / (float)n_tokens;
        d[targets[t]] -= 1.0f / (float)n_tokens;
    }
    return (float)(loss / (double)n_tokens);
}

WRONG(embedding_backward, random_tables, backward_copies_places,
      "Where the ids are 0, 1, 2, ... the rows are copied: they are added there, too.")
bool backward_copies_places(float *dwte, const float *dout, const uint32_t *ids,
                            size_t n_tokens, size_t vocab_size, size_t d_model)
{
    size_t t = 0;
    while (t < n_tokens && ids[t] == t)
        t++;
    if (t < n_tokens || t < 2 || n_tokens > vocab_size)
        return embedding_backward(dwte, dout, ids, n_tokens, vocab_size, d_model);
    memcpy(dwte, dout, n_tokens * d_model * sizeof *dwte);
    return true;
}
