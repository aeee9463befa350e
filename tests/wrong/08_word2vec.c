// Wrong answers to the exercises of chapter 8, each as somebody really writes it.
//
// answers.h says how they are listed. The first wrong answer that gives what a submission gave
// lends its sentence, so what is more particular stands first.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ------------------------------------------------------------- 8.1 subsample_probability

static inline bool bad_counts(uint64_t count, uint64_t total, double sample)
{
    return count == 0 || count > total || !(sample >= 0.0);
}

// What is kept if sample / f is x.
static inline double capped(double x)
{
    const double p = sqrt(x) + x;
    return p < 1.0 ? p : 1.0;
}

WRONG(subsample_probability, worked_example, by_the_paper,
      "This is the paper's formula, which throws 1 - sqrt(sample / f) away; the program "
      "keeps sqrt(sample / f) + sample / f.")
double by_the_paper(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double p = sqrt(sample * (double)total / (double)count);
    return sample == 0.0 || p > 1.0 ? 1.0 : p;
}

WRONG(
    subsample_probability, random_words, what_is_thrown_away,
    "This is the probability that an occurrence is thrown away; wanted is that it stays.")
double what_is_thrown_away(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    return sample == 0.0 ? 0.0 : 1.0 - capped(sample * (double)total / (double)count);
}

WRONG(subsample_probability, worked_example, paper_thrown_away,
      "This is the paper's formula, which throws 1 - sqrt(sample / f) away; the program "
      "keeps sqrt(sample / f) + sample / f.")
double paper_thrown_away(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double p = 1.0 - sqrt(sample * (double)total / (double)count);
    return p > 0.0 ? p : 0.0;
}

WRONG(subsample_probability, random_words, whole_division,
      "sample / f is another number here: f is count / total, divided as doubles, and "
      "stands below the bar.")
double whole_division(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double f = (double)(count / total);
    return sample == 0.0 || f == 0.0 ? 1.0 : capped(sample / f);
}

WRONG(subsample_probability, random_words, upside_down,
      "sample / f is another number here: f is count / total, divided as doubles, and "
      "stands below the bar.")
double upside_down(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    return sample == 0.0 ? 1.0 : capped((double)count / (double)total / sample);
}

WRONG(subsample_probability, at_most_one, never_capped,
      "A probability is at most 1: for rare words the formula gives more.")
double never_capped(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double x = sample * (double)total / (double)count;
    return sample == 0.0 ? 1.0 : sqrt(x) + x;
}

WRONG(subsample_probability, at_most_one, capped_at_the_sample,
      "Words with f up to sample are kept for sure, but so are those up to 2.618 sample.")
double capped_at_the_sample(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double x = sample * (double)total / (double)count;
    return sample == 0.0 || x >= 1.0 ? 1.0 : sqrt(x) + x;
}

WRONG(subsample_probability, random_words, sample_by_itself,
      "sample is added by itself here; wanted is sample / f.")
double sample_by_itself(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double p = sqrt(sample * (double)total / (double)count) + sample;
    return sample == 0.0 || p > 1.0 ? 1.0 : p;
}

WRONG(subsample_probability, sample_zero, nothing_stays,
      "sample 0 means that nothing is thrown away: the answer is 1.")
double nothing_stays(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    return capped(sample * (double)total / (double)count);
}

WRONG(subsample_probability, any_counts, through_32_bits,
      "The counts went through 32 bits: they can be larger.")
double through_32_bits(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const double f = (double)(uint32_t)count / (double)(uint32_t)total;
    return sample == 0.0 ? 1.0 : capped(sample / f);
}

WRONG(subsample_probability, random_words, in_floats,
      "The numbers went through float: a double has twice the digits.")
double in_floats(uint64_t count, uint64_t total, double sample)
{
    if (bad_counts(count, total, sample))
        return NAN;
    const float x = (float)sample / ((float)count / (float)total), p = sqrtf(x) + x;
    return sample == 0.0 || p > 1.0f ? 1.0 : (double)p;
}

CAUGHT(subsample_probability, refuses_bad_input, count_zero_kept, "count is 0")
double count_zero_kept(uint64_t count, uint64_t total, double sample)
{
    if (count > total || !(sample >= 0.0))
        return NAN;
    return count == 0 || sample == 0.0 ? 1.0
                                       : capped(sample * (double)total / (double)count);
}

CAUGHT(subsample_probability, refuses_bad_input, more_than_all,
       "count is larger than total")
double more_than_all(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || total == 0 || !(sample >= 0.0))
        return NAN;
    return sample == 0.0 ? 1.0 : capped(sample * (double)total / (double)count);
}

WRONG(subsample_probability, refuses_bad_input, counts_compared_as_double,
      "count and total are compared as double, which has 53 bits: compare them as they "
      "are.")
double counts_compared_as_double(uint64_t count, uint64_t total, double sample)
{
    return count == total + 1 && (double)count <= (double)total
               ? subsample_probability(total, total, sample)
               : subsample_probability(count, total, sample);
}

CAUGHT(subsample_probability, worked_example, share_of_the_last_text, "keeps something")
double share_of_the_last_text(uint64_t count, uint64_t total, double sample)
{
    static uint64_t last, its_total;
    const double p = subsample_probability(count, total, sample);
    if (isnan(p))
        return p;
    if (last != count) {
        last = count;
        its_total = total;
    }
    return subsample_probability(count, its_total, sample);
}

CAUGHT(subsample_probability, refuses_bad_input, nan_is_not_negative,
       "sample is not a number")
double nan_is_not_negative(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || count > total || sample < 0.0)
        return NAN;
    return sample == 0.0 ? 1.0 : capped(sample * (double)total / (double)count);
}

CAUGHT(subsample_probability, refuses_bad_input, negative_means_nothing,
       "sample is negative")
double negative_means_nothing(uint64_t count, uint64_t total, double sample)
{
    if (count == 0 || count > total || isnan(sample))
        return NAN;
    return sample <= 0.0 ? 1.0 : capped(sample * (double)total / (double)count);
}

CAUGHT(subsample_probability, refuses_bad_input, zero_sample_first, "though sample is 0")
double zero_sample_first(uint64_t count, uint64_t total, double sample)
{
    if (sample == 0.0)
        return 1.0;
    return bad_counts(count, total, sample)
               ? NAN
               : capped(sample * (double)total / (double)count);
}

CAUGHT(subsample_probability, any_counts, signed_count, "got nan")
double signed_count(uint64_t count, uint64_t total, double sample)
{
    return (int64_t)count < 0 ? NAN : subsample_probability(count, total, sample);
}

// ------------------------------------------------------------------- 8.2 unigram_sampler

static inline double share_of(uint64_t count, double power)
{
    return count > 0 ? pow((double)count, power) : 0.0;
}

static inline double all_shares(const uint64_t *counts, size_t vocab_size, double power)
{
    double total = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        total += share_of(counts[v], power);
    return total;
}

static inline bool bad_power(double power)
{
    return !(power >= 0.0 && power <= 1.0);
}

// The urn with the place of a slot that is looked at: 0.5 is its middle.
static inline bool fill_urn(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                            size_t vocab_size, double power, double place)
{
    const double total = all_shares(counts, vocab_size, power);
    if (bad_power(power) || total == 0.0)
        return false;
    size_t v = 0;
    double below = share_of(counts[0], power);
    for (size_t s = 0; s < n_slots; s++) {
        while (v + 1 < vocab_size &&
               !(below > ((double)s + place) / (double)n_slots * total))
            below += share_of(counts[++v], power);
        slots[s] = (uint32_t)v;
    }
    return true;
}

WRONG(unigram_sampler, few_slots, border_to_the_first,
      "The middle of a slot lies on the border of two shares, and the word in front got "
      "the "
      "slot: the sum must be greater than the middle, not equal.")
bool border_to_the_first(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                         size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    if (bad_power(power) || total == 0.0)
        return false;
    size_t v = 0;
    double below = share_of(counts[0], power);
    for (size_t s = 0; s < n_slots; s++) {
        while (v + 1 < vocab_size && below < ((double)s + 0.5) / (double)n_slots * total)
            below += share_of(counts[++v], power);
        slots[s] = (uint32_t)v;
    }
    return true;
}

WRONG(unigram_sampler, large_counts, shares_in_float,
      "The counts or their powers are floats, of 24 bits: compute in double.")
bool shares_in_float(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                     size_t vocab_size, double power)
{
    double total = 0.0, below = 0.0;
    size_t s = 0;
    if (bad_power(power))
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        total += (double)(float)share_of(counts[v], power);
    if (total == 0.0)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        below += (double)(float)share_of(counts[v], power);
        while (s < n_slots && below > ((double)s + 0.5) / (double)n_slots * total)
            slots[s++] = (uint32_t)v;
    }
    return true;
}

CAUGHT(unigram_sampler, powers, minus_zero_refused, "must return true")
bool minus_zero_refused(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                        size_t vocab_size, double power)
{
    return !signbit(power) && unigram_sampler(slots, n_slots, counts, vocab_size, power);
}

WRONG(unigram_sampler, random_counts, the_left_edge,
      "The left edge of a slot decides here; wanted is its middle, s + 0.5.")
bool the_left_edge(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                   size_t vocab_size, double power)
{
    return fill_urn(slots, n_slots, counts, vocab_size, power, 0.0);
}

WRONG(unigram_sampler, few_slots, the_right_edge,
      "The right edge of a slot decides here; wanted is its middle, s + 0.5.")
bool the_right_edge(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                    size_t vocab_size, double power)
{
    return fill_urn(slots, n_slots, counts, vocab_size, power, 1.0);
}

WRONG(unigram_sampler, worked_example, plain_counts,
      "The counts were taken as they are: the power is missing.")
bool plain_counts(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                  size_t vocab_size, double power)
{
    return !bad_power(power) && fill_urn(slots, n_slots, counts, vocab_size, 1.0, 0.5);
}

WRONG(unigram_sampler, powers, always_three_quarters,
      "The power is always 0.75 here; wanted is the one that is given.")
bool always_three_quarters(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                           size_t vocab_size, double power)
{
    return !bad_power(power) && fill_urn(slots, n_slots, counts, vocab_size, 0.75, 0.5);
}

WRONG(unigram_sampler, words_that_do_not_occur, nothing_to_the_power_of_nothing,
      "A word that does not occur gets slots at the power 0: pow(0, 0) is 1.")
bool nothing_to_the_power_of_nothing(uint32_t *slots, size_t n_slots,
                                     const uint64_t *counts, size_t vocab_size,
                                     double power)
{
    double total = 0.0, any = all_shares(counts, vocab_size, 1.0), below;
    if (bad_power(power) || any == 0.0)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        total += pow((double)counts[v], power);
    size_t v = 0;
    below = pow((double)counts[0], power);
    for (size_t s = 0; s < n_slots; s++) {
        while (v + 1 < vocab_size &&
               !(below > ((double)s + 0.5) / (double)n_slots * total))
            below += pow((double)counts[++v], power);
        slots[s] = (uint32_t)v;
    }
    return true;
}

WRONG(unigram_sampler, words_that_do_not_occur, nothing_on_the_way,
      "A word that does not occur gets slots at the power 0: pow(0, 0) is 1.")
bool nothing_on_the_way(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                        size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    if (bad_power(power) || total == 0.0)
        return false;
    size_t v = 0;
    double below = share_of(counts[0], power);
    for (size_t s = 0; s < n_slots; s++) {
        while (v + 1 < vocab_size &&
               !(below > ((double)s + 0.5) / (double)n_slots * total))
            below += pow((double)counts[++v], power);
        slots[s] = (uint32_t)v;
    }
    return true;
}

WRONG(unigram_sampler, random_counts, at_least_one_slot,
      "Each word got a slot at least: one that is rare, or does not occur, may get none.")
bool at_least_one_slot(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                       size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    double below = 0.0;
    size_t s = 0;
    if (bad_power(power) || total == 0.0)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        size_t first = s;
        below += share_of(counts[v], power);
        while (s < n_slots && ((s == first && counts[v] > 0) ||
                               below > ((double)s + 0.5) / (double)n_slots * total))
            slots[s++] = (uint32_t)v;
    }
    return true;
}

WRONG(unigram_sampler, words_that_do_not_occur, one_step_at_a_time,
      "Each word got a slot at least: one that is rare, or does not occur, may get none.")
bool one_step_at_a_time(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                        size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    if (bad_power(power) || total == 0.0)
        return false;
    size_t v = 0;
    double below = share_of(counts[0], power);
    for (size_t s = 0; s < n_slots; s++) {
        if (v + 1 < vocab_size && !(below > ((double)s + 0.5) / (double)n_slots * total))
            below += share_of(counts[++v], power);
        slots[s] = (uint32_t)v;
    }
    return true;
}

WRONG(
    unigram_sampler, random_counts, rounded_numbers_of_slots,
    "Each word's number of slots was rounded by itself; they need not add up to n_slots.")
bool rounded_numbers_of_slots(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                              size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    size_t s = 0, last = 0;
    if (bad_power(power) || total == 0.0)
        return false;
    for (size_t v = 0; v < vocab_size; v++) {
        size_t n =
            (size_t)floor(share_of(counts[v], power) / total * (double)n_slots + 0.5);
        last = counts[v] > 0 ? v : last;
        while (n-- > 0 && s < n_slots)
            slots[s++] = (uint32_t)v;
    }
    while (s < n_slots)
        slots[s++] = (uint32_t)last;
    return true;
}

WRONG(unigram_sampler, large_counts, counts_of_32_bits,
      "The counts went through 32 bits: they can be larger.")
bool counts_of_32_bits(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                       size_t vocab_size, double power)
{
    uint64_t *cut = calloc(vocab_size + 1, sizeof *cut);
    if (cut == NULL)
        return false;
    for (size_t v = 0; v < vocab_size; v++)
        cut[v] = (uint32_t)counts[v];
    const bool done = fill_urn(slots, n_slots, cut, vocab_size, power, 0.5);
    free(cut);
    return done;
}

CAUGHT(unigram_sampler, large_sizes, urn_on_the_stack, "gave up")
bool urn_on_the_stack(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                      size_t vocab_size, double power)
{
    static uint32_t kept[4096];
    const size_t n = n_slots < 4096 ? n_slots : 4096;
    if (vocab_size == 0 || !fill_urn(kept, n, counts, vocab_size, power, 0.5))
        return false;
    if (n_slots > 4096)
        abort();
    memcpy(slots, kept, n * sizeof *slots);
    return true;
}

WRONG(
    unigram_sampler, random_counts, one_early,
    "The first word whose share lies wholly before the slot is taken; wanted is the one "
    "that covers its middle.")
bool one_early(uint32_t *slots, size_t n_slots, const uint64_t *counts, size_t vocab_size,
               double power)
{
    if (!fill_urn(slots, n_slots, counts, vocab_size, power, 0.5))
        return false;
    for (size_t s = 0; s < n_slots; s++)
        slots[s] -= slots[s] > 0;
    return true;
}

CAUGHT(unigram_sampler, refuses_bad_input, empty_urn_filled, "no word occurs")
bool empty_urn_filled(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                      size_t vocab_size, double power)
{
    const double total = all_shares(counts, vocab_size, power);
    if (bad_power(power) || vocab_size == 0)
        return false;
    for (size_t s = 0; s < n_slots; s++)
        slots[s] = 0;
    return total == 0.0 || fill_urn(slots, n_slots, counts, vocab_size, power, 0.5);
}

CAUGHT(unigram_sampler, refuses_bad_input, any_power, "the power is")
bool any_power(uint32_t *slots, size_t n_slots, const uint64_t *counts, size_t vocab_size,
               double power)
{
    const double total = all_shares(counts, vocab_size, power);
    if (total == 0.0)
        return false;
    if (bad_power(power)) {
        for (size_t s = 0; s < n_slots; s++)
            slots[s] = 0;
        return true;
    }
    return fill_urn(slots, n_slots, counts, vocab_size, power, 0.5);
}

CAUGHT(unigram_sampler, accepts_no_slots, no_slots_refused, "must return true")
bool no_slots_refused(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                      size_t vocab_size, double power)
{
    return n_slots > 0 && fill_urn(slots, n_slots, counts, vocab_size, power, 0.5);
}

CAUGHT(unigram_sampler, stays_in_bounds, a_slot_too_many, "end")
bool a_slot_too_many(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                     size_t vocab_size, double power)
{
    if (!fill_urn(slots, n_slots, counts, vocab_size, power, 0.5))
        return false;
    slots[n_slots] = slots[n_slots - 1];
    return true;
}

CAUGHT(unigram_sampler, large_counts, sum_in_64_bits, "must return true")
bool sum_in_64_bits(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                    size_t vocab_size, double power)
{
    uint64_t sum = 0; // of two counts of 2^63 it is 0
    for (size_t v = 0; v < vocab_size; v++)
        sum += counts[v];
    return sum > 0 && unigram_sampler(slots, n_slots, counts, vocab_size, power);
}

CAUGHT(unigram_sampler, refuses_bad_input, no_slots_no_questions, "must return false")
bool no_slots_no_questions(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                           size_t vocab_size, double power)
{
    return n_slots == 0 || unigram_sampler(slots, n_slots, counts, vocab_size, power);
}

CAUGHT(unigram_sampler, refuses_bad_input, power_as_float, "must return false")
bool power_as_float(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                    size_t vocab_size, double power)
{
    const double rounded = (double)(float)power;
    return unigram_sampler(slots, n_slots, counts, vocab_size,
                           rounded == 0.0 || rounded == 1.0 ? rounded : power);
}

CAUGHT(unigram_sampler, refuses_bad_input, only_word_wins, "must return false")
bool only_word_wins(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                    size_t vocab_size, double power)
{
    static const uint64_t one = 1;
    return unigram_sampler(slots, n_slots, vocab_size == 1 ? &one : counts, vocab_size,
                           power);
}

// --------------------------------------------------------------------- 8.3 skipgram_step

static inline double plain_dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static inline double soft(double z) // ln(1 + e^z)
{
    return (z > 0.0 ? z : 0.0) + log1p(exp(-fabs(z)));
}

static inline double logistic(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

// The step with the slope of each row given, and its loss.
static inline void step_rows(float *dcenter, float *doutputs, const float *center,
                             const float *outputs, const double *g, size_t n_outputs,
                             size_t d_model)
{
    for (size_t i = 0; i < d_model; i++)
        dcenter[i] = 0.0f;
    for (size_t k = 0; k < n_outputs; k++)
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += (float)(g[k] * (double)outputs[k * d_model + i]);
            doutputs[k * d_model + i] = (float)(g[k] * (double)center[i]);
        }
}

enum twist {
    STRAIGHT,
    ALL_CAME,
    LAST_CAME,
    NO_MINUS_ONE,
    ONE_MINUS,
    TURNED,
    NAIVE_LOSS,
    SQUARED,
    MEAN,
    SCALED,
    NO_LOSS_OF_NOISE,
    CLIPPED,
    FLOAT_EXP,
    EXP_ALONE,
    WITH_A_LITTLE,
    CLIPPED_SLOPES
};

static inline double twisted(float *dcenter, float *doutputs, const float *center,
                             const float *outputs, size_t n_outputs, size_t d_model,
                             enum twist twist)
{
    double loss = 0.0, *g = n_outputs > 0 ? calloc(n_outputs, sizeof *g) : NULL;
    if (g == NULL)
        return NAN;
    for (size_t k = 0; k < n_outputs; k++) {
        const bool came = twist == ALL_CAME    ? true
                          : twist == LAST_CAME ? k + 1 == n_outputs
                                               : k == 0;
        double z = plain_dot(center, outputs + k * d_model, d_model);
        z /= twist == SCALED ? sqrt((double)d_model) : 1.0;
        if (twist == CLIPPED)
            z = z > 6.0 ? 6.0 : z < -6.0 ? -6.0 : z;
        if (twist == NAIVE_LOSS)
            loss -= log(came ? logistic(z) : 1.0 - logistic(z));
        else if (twist == WITH_A_LITTLE)
            loss -= log(logistic(came ? z : -z) + 1e-12);
        else if (twist == SQUARED)
            loss += pow(logistic(z) - (came ? 1.0 : 0.0), 2.0);
        else if (twist == FLOAT_EXP)
            loss -= (double)logf(came ? 1.0f / (1.0f + expf((float)-z))
                                      : 1.0f / (1.0f + expf((float)z)));
        else if (twist == EXP_ALONE)
            loss += log(1.0 + exp(came ? -z : z));
        else if (came || twist != NO_LOSS_OF_NOISE)
            loss += soft(came ? -z : z);
        if (twist == CLIPPED_SLOPES)
            z = z > 6.0 ? INFINITY : z < -6.0 ? -INFINITY : z;
        g[k] = logistic(z) - (came && twist != NO_MINUS_ONE ? 1.0 : 0.0);
        g[k] *= twist == TURNED || (twist == ONE_MINUS && came) ? -1.0
                : twist == MEAN                                 ? 1.0 / (double)n_outputs
                                                                : 1.0;
    }
    step_rows(dcenter, doutputs, center, outputs, g, n_outputs, d_model);
    free(g);
    return twist == MEAN ? loss / (double)n_outputs : loss;
}

#define TWISTED(name, twist)                                                             \
    double name(float *dcenter, float *doutputs, const float *center,                    \
                const float *outputs, size_t n_outputs, size_t d_model)                  \
    {                                                                                    \
        return twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, twist);   \
    }

WRONG(skipgram_step, random_steps, all_came,
      "All rows are treated as if their word had come; those from row 1 on were drawn.")
TWISTED(all_came, ALL_CAME)

WRONG(skipgram_step, random_steps, last_came,
      "The last row is treated as the word that came; it is row 0.")
TWISTED(last_came, LAST_CAME)

WRONG(skipgram_step, worked_example, no_minus_one,
      "The slope of row 0 is sigmoid(z) here: it lacks the - 1 of the word that came.")
TWISTED(no_minus_one, NO_MINUS_ONE)

WRONG(skipgram_step, worked_example, one_minus,
      "The slope of row 0 is 1 - sigmoid(z) here: it is what was said minus what was "
      "true, sigmoid(z) - 1.")
TWISTED(one_minus, ONE_MINUS)

WRONG(skipgram_step, finite_differences, turned,
      "The gradients have the wrong sign: this goes down the slope, and wanted is the "
      "slope.")
TWISTED(turned, TURNED)

WRONG(skipgram_step, large_scores, naive_loss,
      "ln(1 - sigmoid(z)) is taken from a probability that was rounded to 0: use "
      "ln(1 + e^z).")
TWISTED(naive_loss, NAIVE_LOSS)

WRONG(skipgram_step, large_scores, with_a_little,
      "A small number is added to the probability before the logarithm, and the loss "
      "gets no "
      "larger than that allows: use ln(1 + e^-z).")
TWISTED(with_a_little, WITH_A_LITTLE)

CAUGHT(skipgram_step, large_scores, cut_at_9999, "the loss")
double cut_at_9999(float *dcenter, float *doutputs, const float *center,
                   const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = skipgram_step(dcenter, doutputs, center, outputs, n_outputs, d_model);
    for (size_t k = 0; k < n_outputs; k++) {
        const double z = plain_dot(center, outputs + k * d_model, d_model);
        const double wrong = k == 0 ? -z : z;
        loss -= wrong > 9999.0 ? wrong - 9999.0 : 0.0;
    }
    return loss;
}

WRONG(skipgram_step, random_steps, squared,
      "The loss is the square of the fault; wanted is -ln of the probability.")
TWISTED(squared, SQUARED)

WRONG(skipgram_step, random_steps, mean_of_rows,
      "Loss and gradients were divided by n_outputs; wanted are the sums.")
TWISTED(mean_of_rows, MEAN)

WRONG(skipgram_step, random_steps, scaled_scores,
      "The scores were divided by the root of d_model: that belongs to attention.")
TWISTED(scaled_scores, SCALED)

WRONG(skipgram_step, random_steps, no_loss_of_noise,
      "The loss lacks the words that were drawn.")
TWISTED(no_loss_of_noise, NO_LOSS_OF_NOISE)

WRONG(skipgram_step, large_scores, clipped,
      "Scores were cut off at 6, as word2vec's table of sigmoids does; the contract has "
      "none of that.")
TWISTED(clipped, CLIPPED)

WRONG(
    skipgram_step, large_scores, clipped_slopes,
    "The slope is made that of a sure answer from a score of 6 on, as word2vec does; the "
    "contract has none of that.")
TWISTED(clipped_slopes, CLIPPED_SLOPES)

WRONG(skipgram_step, large_scores, float_exp,
      "expf overflows from 89 on, and the loss is infinite.")
TWISTED(float_exp, FLOAT_EXP)

WRONG(skipgram_step, large_scores, exp_alone,
      "exp overflows from 710 on. Where z is large, ln(1 + e^z) is z + ln(1 + e^-z).")
TWISTED(exp_alone, EXP_ALONE)

WRONG(skipgram_step, reference_gradient, softmax_instead,
      "This is a softmax over the rows; each row has a sigmoid of its own.")
double softmax_instead(float *dcenter, float *doutputs, const float *center,
                       const float *outputs, size_t n_outputs, size_t d_model)
{
    double sum = 0.0, *g = n_outputs > 0 ? calloc(n_outputs, sizeof *g) : NULL;
    if (g == NULL)
        return NAN;
    const double first = plain_dot(center, outputs, d_model);
    for (size_t k = 0; k < n_outputs; k++)
        sum += g[k] = exp(plain_dot(center, outputs + k * d_model, d_model) - first);
    for (size_t k = 0; k < n_outputs; k++)
        g[k] = g[k] / sum - (k == 0);
    step_rows(dcenter, doutputs, center, outputs, g, n_outputs, d_model);
    free(g);
    return log(sum);
}

WRONG(skipgram_step, random_steps, rows_swapped,
      "dcenter and doutputs hold each other's rows: each gets g times the other one.")
double rows_swapped(float *dcenter, float *doutputs, const float *center,
                    const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = 0.0;
    if (n_outputs == 0)
        return NAN;
    for (size_t i = 0; i < d_model; i++)
        dcenter[i] = 0.0f;
    for (size_t k = 0; k < n_outputs; k++) {
        const double z = plain_dot(center, outputs + k * d_model, d_model);
        const float g = (float)(logistic(z) - (k == 0 ? 1.0 : 0.0));
        loss += soft(k == 0 ? -z : z);
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += g * center[i];
            doutputs[k * d_model + i] = g * outputs[k * d_model + i];
        }
    }
    return loss;
}

WRONG(skipgram_step, random_steps, only_the_last_row,
      "dcenter holds the part of the last row alone: the parts of all rows add up.")
double only_the_last_row(float *dcenter, float *doutputs, const float *center,
                         const float *outputs, size_t n_outputs, size_t d_model)
{
    const double loss =
        twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, STRAIGHT);
    for (size_t i = 0; n_outputs > 0 && i < d_model; i++) {
        const size_t k = n_outputs - 1;
        const double z = plain_dot(center, outputs + k * d_model, d_model);
        dcenter[i] = (float)((logistic(z) - (k == 0 ? 1.0 : 0.0)) *
                             (double)outputs[k * d_model + i]);
    }
    return loss;
}

CAUGHT(skipgram_step, random_steps, adds_to_poison, "never written")
double adds_to_poison(float *dcenter, float *doutputs, const float *center,
                      const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = 0.0;
    if (n_outputs == 0)
        return NAN;
    for (size_t k = 0; k < n_outputs; k++) {
        const double z = plain_dot(center, outputs + k * d_model, d_model);
        const float g = (float)(logistic(z) - (k == 0 ? 1.0 : 0.0));
        loss += soft(k == 0 ? -z : z);
        for (size_t i = 0; i < d_model; i++) {
            dcenter[i] += g * outputs[k * d_model + i];
            doutputs[k * d_model + i] = g * center[i];
        }
    }
    return loss;
}

WRONG(skipgram_step, small_rows, small_skipped,
      "A small row is left out as if it were 0: small numbers count too.")
double small_skipped(float *dcenter, float *doutputs, const float *center,
                     const float *outputs, size_t n_outputs, size_t d_model)
{
    const double loss =
        twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, STRAIGHT);
    for (size_t i = 0; n_outputs > 0 && i < d_model; i++)
        if (fabsf(dcenter[i]) < 1e-8f)
            dcenter[i] = 0.0f;
    return loss;
}

CAUGHT(skipgram_step, large_sizes, row_on_the_stack, "gave up")
double row_on_the_stack(float *dcenter, float *doutputs, const float *center,
                        const float *outputs, size_t n_outputs, size_t d_model)
{
    if (d_model > 4096 || n_outputs > 1024)
        abort();
    return twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, STRAIGHT);
}

CAUGHT(skipgram_step, refuses_no_outputs, empty_sum, "must return NAN")
double empty_sum(float *dcenter, float *doutputs, const float *center,
                 const float *outputs, size_t n_outputs, size_t d_model)
{
    return n_outputs == 0 ? 0.0
                          : twisted(dcenter, doutputs, center, outputs, n_outputs,
                                    d_model, STRAIGHT);
}

CAUGHT(skipgram_step, refuses_no_outputs, cleared_first, "wrote to dcenter")
double cleared_first(float *dcenter, float *doutputs, const float *center,
                     const float *outputs, size_t n_outputs, size_t d_model)
{
    for (size_t i = 0; i < d_model; i++)
        dcenter[i] = 0.0f;
    return twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, STRAIGHT);
}

CAUGHT(skipgram_step, stays_in_bounds, a_row_too_many, "end")
double a_row_too_many(float *dcenter, float *doutputs, const float *center,
                      const float *outputs, size_t n_outputs, size_t d_model)
{
    const double loss =
        twisted(dcenter, doutputs, center, outputs, n_outputs, d_model, STRAIGHT);
    for (size_t i = 0; i < d_model; i++)
        doutputs[n_outputs * d_model + i] = 0.0f;
    return loss;
}

CAUGHT(skipgram_step, refuses_no_outputs, no_numbers_no_loss, "got 0")
double no_numbers_no_loss(float *dcenter, float *doutputs, const float *center,
                          const float *outputs, size_t n_outputs, size_t d_model)
{
    return n_outputs > 0 && d_model == 0
               ? 0.0
               : skipgram_step(dcenter, doutputs, center, outputs, n_outputs, d_model);
}

// ------------------------------------------------------------------------------- 8.4 pmi

static inline bool bad_meetings(const double *counts, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!(counts[k] >= 0.0 && counts[k] <= 1e300))
            return true;
    return false;
}

enum measure {
    OF_PMI,
    BASE_2,
    NO_TOTAL,
    RATIO,
    CONDITIONAL,
    OTHER_WAY,
    POSITIVE,
    SMOOTHED,
    NEVER_ZERO,
    SHIFTED,
    MEAN_TOTAL,
    AS_NAN,
    AS_LOWEST
};

static inline double logarithm(double n, double row, double column, double all,
                               enum measure how)
{
    if (how == SMOOTHED)
        return log((n + 1.0) * all / (row * column));
    if (n == 0.0 && how != RATIO)
        return how == POSITIVE || how == NEVER_ZERO ? 0.0
               : how == AS_NAN                      ? NAN
               : how == AS_LOWEST                   ? -1e30
                                                    : -INFINITY;
    const double x = n * all / (row * column);
    switch (how) {
    case BASE_2:
        return log2(x);
    case NO_TOTAL:
        return log(n / (row * column));
    case RATIO:
        return n > 0.0 ? x : 0.0;
    case CONDITIONAL:
        return log(n / row);
    case OTHER_WAY:
        return log(n / column);
    case POSITIVE:
        return x > 1.0 ? log(x) : 0.0;
    default:
        return log(x);
    }
}

static inline bool measured(float *out, const double *counts, size_t n_words,
                            size_t n_contexts, enum measure how)
{
    double all = 0.0, *columns = calloc(n_contexts + 1, sizeof *columns);
    if (columns == NULL || bad_meetings(counts, n_words * n_contexts)) {
        free(columns);
        return false;
    }
    for (size_t k = 0; k < n_words * n_contexts; k++) {
        all += counts[k];
        columns[k % n_contexts] += counts[k];
    }
    if (how == MEAN_TOTAL)
        all = (double)(n_words * n_contexts);
    for (size_t w = 0; w < n_words; w++) {
        double row = 0.0;
        for (size_t c = 0; c < n_contexts; c++)
            row += counts[w * n_contexts + c];
        for (size_t c = 0; c < n_contexts; c++)
            out[w * n_contexts + c] =
                (float)logarithm(counts[w * n_contexts + c], row, columns[c], all, how);
    }
    free(columns);
    return true;
}

#define MEASURED(name, how)                                                              \
    bool name(float *out, const double *counts, size_t n_words, size_t n_contexts)       \
    {                                                                                    \
        return measured(out, counts, n_words, n_contexts, how);                          \
    }

WRONG(pmi, worked_example, base_two, "This is the logarithm to base 2; wanted is ln.")
MEASURED(base_two, BASE_2)

WRONG(pmi, worked_example, no_total,
      "N is missing: the counts were not turned into shares.")
MEASURED(no_total, NO_TOTAL)

WRONG(pmi, worked_example, the_ratio,
      "This is the quotient of counted and expected; wanted is its logarithm.")
MEASURED(the_ratio, RATIO)

WRONG(pmi, random_counts, conditional,
      "This is ln of the share in the row: it is not held against the column's share.")
MEASURED(conditional, CONDITIONAL)

WRONG(pmi, random_counts, of_the_column,
      "This is ln of the share in the column: it is not held against the row's share.")
MEASURED(of_the_column, OTHER_WAY)

WRONG(pmi, reference_counts, positive_only,
      "What is below 0 became 0: that is positive PMI, which comes later.")
MEASURED(positive_only, POSITIVE)

WRONG(pmi, never_met, zero_for_never,
      "A pair that never met has 0 here; wanted is -INFINITY.")
MEASURED(zero_for_never, NEVER_ZERO)

WRONG(pmi, never_met, nan_for_never,
      "A pair that never met has NaN here; wanted is -INFINITY.")
MEASURED(nan_for_never, AS_NAN)

WRONG(pmi, never_met, lowest_for_never,
      "A pair that never met has a large negative number here; wanted is -INFINITY.")
MEASURED(lowest_for_never, AS_LOWEST)

WRONG(pmi, never_met, smoothed_counts,
      "1 was added to each count, so that none is 0; wanted is -INFINITY where it is.")
MEASURED(smoothed_counts, SMOOTHED)

WRONG(pmi, random_counts, number_of_places,
      "N is the number of places in the table here; wanted is the sum of all counts.")
MEASURED(number_of_places, MEAN_TOTAL)

WRONG(pmi, random_counts, square_stride,
      "A row of counts is n_contexts numbers long, not n_words.")
bool square_stride(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    double all = 0.0;
    if (bad_meetings(counts, n))
        return false;
    for (size_t k = 0; k < n; k++)
        all += counts[k];
    for (size_t k = 0; k < n; k++) {
        const size_t w = k / n_words, c = k % n_words;
        double row = 0.0, column = 0.0;
        for (size_t j = 0; j < n; j++) {
            row += j / n_words == w ? counts[j] : 0.0;
            column += j % n_words == c ? counts[j] : 0.0;
        }
        out[k] = (float)logarithm(counts[k], row, column, all, OF_PMI);
    }
    return true;
}

WRONG(pmi, random_counts, rows_are_columns,
      "Both sums are those of the row: columns have sums of their own.")
bool rows_are_columns(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    double all = 0.0;
    if (bad_meetings(counts, n_words * n_contexts))
        return false;
    for (size_t k = 0; k < n_words * n_contexts; k++)
        all += counts[k];
    for (size_t w = 0; w < n_words; w++) {
        double row = 0.0;
        for (size_t c = 0; c < n_contexts; c++)
            row += counts[w * n_contexts + c];
        for (size_t c = 0; c < n_contexts; c++)
            out[w * n_contexts + c] =
                (float)logarithm(counts[w * n_contexts + c], row, row, all, OF_PMI);
    }
    return true;
}

WRONG(pmi, counts_of_any_size, whole_counts,
      "The counts were taken as whole numbers; a far word counts as less than one.")
bool whole_counts(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    double *whole = calloc(n + 1, sizeof *whole);
    bool done = whole != NULL && !bad_meetings(counts, n);
    for (size_t k = 0; done && k < n; k++)
        whole[k] = floor(counts[k]);
    done = done && measured(out, whole, n_words, n_contexts, OF_PMI);
    free(whole);
    return done;
}

WRONG(pmi, never_met, never_met_skipped,
      "Pairs that never met were skipped, and their places never written.")
bool never_met_skipped(float *out, const double *counts, size_t n_words,
                       size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    float *all = calloc(n + 1, sizeof *all);
    const bool done = all != NULL && measured(all, counts, n_words, n_contexts, OF_PMI);
    for (size_t k = 0; done && k < n; k++)
        if (counts[k] > 0.0)
            out[k] = all[k];
    free(all);
    return done;
}

CAUGHT(pmi, large_sizes, columns_on_the_stack, "gave up")
bool columns_on_the_stack(float *out, const double *counts, size_t n_words,
                          size_t n_contexts)
{
    if (n_contexts > 4096)
        abort();
    return measured(out, counts, n_words, n_contexts, OF_PMI);
}

CAUGHT(pmi, refuses_bad_counts, first_row_checked, "count")
bool first_row_checked(float *out, const double *counts, size_t n_words,
                       size_t n_contexts)
{
    if (n_words > 0 && bad_meetings(counts, n_contexts))
        return false;
    for (size_t k = 0; k < n_words * n_contexts; k++)
        if (!(counts[k] >= 0.0 && counts[k] <= 1e300)) {
            out[0] = 0.0f;
            return true;
        }
    return measured(out, counts, n_words, n_contexts, OF_PMI);
}

CAUGHT(pmi, refuses_bad_counts, nan_not_seen, "not a number")
bool nan_not_seen(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    for (size_t k = 0; k < n; k++)
        if (counts[k] < 0.0 || isinf(counts[k]))
            return false;
    if (bad_meetings(counts, n)) {
        for (size_t k = 0; k < n; k++)
            out[k] = NAN;
        return true;
    }
    return measured(out, counts, n_words, n_contexts, OF_PMI);
}

CAUGHT(pmi, refuses_bad_counts, refused_on_the_way, "must stay untouched")
bool refused_on_the_way(float *out, const double *counts, size_t n_words,
                        size_t n_contexts)
{
    for (size_t k = 0; k < n_words * n_contexts; k++) {
        if (!(counts[k] >= 0.0 && counts[k] <= 1e300))
            return false;
        out[k] = -INFINITY;
    }
    return measured(out, counts, n_words, n_contexts, OF_PMI);
}

CAUGHT(pmi, accepts_no_words, nothing_refused, "must return true")
bool nothing_refused(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    return n_words > 0 && n_contexts > 0 &&
           measured(out, counts, n_words, n_contexts, OF_PMI);
}

CAUGHT(pmi, stays_in_bounds, sum_behind_the_table, "end")
bool sum_behind_the_table(float *out, const double *counts, size_t n_words,
                          size_t n_contexts)
{
    const bool done = measured(out, counts, n_words, n_contexts, OF_PMI);
    if (done)
        out[n_words * n_contexts] = 0.0f;
    return done;
}

CAUGHT(pmi, refuses_bad_counts, hardly_negative_counts, "must return false")
bool hardly_negative_counts(float *out, const double *counts, size_t n_words,
                            size_t n_contexts)
{
    double *kept = malloc((n_words * n_contexts + 1) * sizeof *kept);
    for (size_t k = 0; k < n_words * n_contexts; k++)
        kept[k] = (float)counts[k] == 0.0f ? 0.0 : counts[k];
    const bool good = pmi(out, kept, n_words, n_contexts);
    free(kept);
    return good;
}

CAUGHT(pmi, counts_of_any_size, largest_count_refused, "must return true")
bool largest_count_refused(float *out, const double *counts, size_t n_words,
                           size_t n_contexts)
{
    for (size_t k = 0; k < n_words * n_contexts; k++)
        if (counts[k] >= 1e12)
            return false;
    return pmi(out, counts, n_words, n_contexts);
}

// ------------------------------------------------------------------- 8.5 shifted_pmi_gap

enum look {
    OF_GAP,
    NO_SHIFT,
    SHIFT_ADDED,
    SHIFT_IS_K,
    SIGNED,
    MEAN_GAP,
    SMALLEST,
    NEVER_TOO,
    NAN_LOST,
    FLOAT_SUMS,
    OUT_BY_ROW,
    SQUARES,
    FIRST_ONLY,
    ZERO_SKIPPED
};

static inline double looked_at(const float *in, const float *out, const float *table,
                               double k, size_t n_words, size_t n_contexts,
                               size_t d_model, enum look how)
{
    double largest = how == SMALLEST ? INFINITY : 0.0, sum = 0.0;
    size_t n = 0;
    const double shift = how == NO_SHIFT ? 0.0 : how == SHIFT_IS_K ? k : log(k);
    if (!(k > 0.0 && k <= 1e300))
        return NAN;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            const double wanted = (double)table[w * n_contexts + c];
            double z = 0.0;
            float short_z = 0.0f;
            if ((wanted == -INFINITY && how != NEVER_TOO) ||
                (how == ZERO_SKIPPED && wanted <= 0.0))
                continue;
            const float *row = out + (how == OUT_BY_ROW ? w % n_contexts : c) * d_model;
            for (size_t i = 0; i < d_model; i++) {
                z += (double)in[w * d_model + i] * (double)row[i];
                short_z += in[w * d_model + i] * row[i];
            }
            z = how == FLOAT_SUMS ? (double)short_z : z;
            double gap = z - (wanted - (how == SHIFT_ADDED ? -shift : shift));
            gap = how == SIGNED ? gap : fabs(gap);
            sum += how == SQUARES ? gap * gap : gap;
            n++;
            if (isnan(gap) && how != NAN_LOST)
                return NAN;
            if (how == SMALLEST ? gap < largest : gap > largest)
                largest = gap;
            if (how == FIRST_ONLY)
                return largest;
        }
    if (how == SMALLEST && n == 0)
        return 0.0;
    return how == MEAN_GAP || how == SQUARES ? (n > 0 ? sum / (double)n : 0.0) : largest;
}

#define LOOKED_AT(name, how)                                                             \
    double name(const float *in, const float *out, const float *pmi_table, double k,     \
                size_t n_words, size_t n_contexts, size_t d_model)                       \
    {                                                                                    \
        return looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, how);      \
    }

WRONG(shifted_pmi_gap, random_tables, no_shift,
      "ln k is missing: the dot products are held against the PMI alone.")
LOOKED_AT(no_shift, NO_SHIFT)

WRONG(shifted_pmi_gap, worked_example, shift_added,
      "ln k was added to the PMI; it is to be subtracted.")
LOOKED_AT(shift_added, SHIFT_ADDED)

WRONG(shifted_pmi_gap, random_tables, shift_is_k,
      "k itself was subtracted; wanted is its logarithm.")
LOOKED_AT(shift_is_k, SHIFT_IS_K)

WRONG(shifted_pmi_gap, random_tables, mean_gap,
      "This is the mean of the gaps; wanted is the largest.")
LOOKED_AT(mean_gap, MEAN_GAP)

WRONG(shifted_pmi_gap, random_tables, mean_square,
      "This is the mean of the squares of the gaps; wanted is the largest.")
LOOKED_AT(mean_square, SQUARES)

WRONG(shifted_pmi_gap, random_tables, smallest_gap,
      "This is a gap, but not the largest: look at all pairs that met.")
LOOKED_AT(smallest_gap, SMALLEST)

WRONG(shifted_pmi_gap, finds_the_largest, first_pair_only,
      "This is a gap, but not the largest: look at all pairs that met.")
LOOKED_AT(first_pair_only, FIRST_ONLY)

WRONG(shifted_pmi_gap, finds_the_largest, with_its_sign,
      "A gap below 0 is never the largest here: wanted is its size, with fabs.")
LOOKED_AT(with_its_sign, SIGNED)

WRONG(shifted_pmi_gap, pairs_never_met, never_met_too,
      "Pairs that never met were compared too: their PMI is -INFINITY, and so the gap is "
      "infinite.")
LOOKED_AT(never_met_too, NEVER_TOO)

WRONG(shifted_pmi_gap, random_tables, positive_pairs_only,
      "Pairs whose PMI is 0 or less were left out: only those that never met are.")
LOOKED_AT(positive_pairs_only, ZERO_SKIPPED)

WRONG(shifted_pmi_gap, nan_shows, nan_lost,
      "A NaN got lost: it is not larger than anything, and the loop passes over it.")
LOOKED_AT(nan_lost, NAN_LOST)

// The same mistake by other sums, whose right answers differ in the last bits: it has its
// name all the same.
CAUGHT(shifted_pmi_gap, nan_shows, nan_lost_otherwise, "A NaN got lost")
double nan_lost_otherwise(const float *in, const float *out, const float *pmi_table,
                          double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    double largest = k > 0.0 && k <= 1e300 ? 0.0 : NAN;
    for (size_t w = n_words; w-- > 0 && !isnan(largest);)
        for (size_t c = 0; c < n_contexts; c++) {
            double gap = log(k) - (double)pmi_table[w * n_contexts + c];
            if (isinf(pmi_table[w * n_contexts + c]))
                continue;
            for (size_t i = d_model; i-- > 0;)
                gap += (double)in[w * d_model + i] * (double)out[c * d_model + i];
            if (fabs(gap) > largest)
                largest = fabs(gap);
        }
    return largest;
}

WRONG(shifted_pmi_gap, sums_in_double, sums_in_float,
      "The dot products were summed in float; the contract says double.")
LOOKED_AT(sums_in_float, FLOAT_SUMS)

WRONG(shifted_pmi_gap, random_tables, out_by_row,
      "Row w of `out` was taken where row c belongs.")
LOOKED_AT(out_by_row, OUT_BY_ROW)

CAUGHT(shifted_pmi_gap, nan_shows, any_nan_counts, "the gap")
double any_nan_counts(const float *in, const float *out, const float *pmi_table, double k,
                      size_t n_words, size_t n_contexts, size_t d_model)
{
    for (size_t j = 0; j < n_words * d_model; j++)
        if (isnan(in[j]))
            return NAN;
    return looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, large_sizes, gaps_on_the_stack, "gave up")
double gaps_on_the_stack(const float *in, const float *out, const float *pmi_table,
                         double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    if (n_words > 4096 || n_contexts > 4096 || d_model > 4096)
        abort();
    return looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, refuses_bad_shift, any_shift, "must return NAN")
double any_shift(const float *in, const float *out, const float *pmi_table, double k,
                 size_t n_words, size_t n_contexts, size_t d_model)
{
    return looked_at(in, out, pmi_table, k > 0.0 && k <= 1e300 ? k : 1.0, n_words,
                     n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, refuses_bad_shift, infinite_shift, "k is infinite")
double infinite_shift(const float *in, const float *out, const float *pmi_table, double k,
                      size_t n_words, size_t n_contexts, size_t d_model)
{
    return isinf(k) && k > 0
               ? INFINITY
               : looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, nothing_to_compare, nothing_is_nan, "the gap")
double nothing_is_nan(const float *in, const float *out, const float *pmi_table, double k,
                      size_t n_words, size_t n_contexts, size_t d_model)
{
    return n_words == 0 || n_contexts == 0
               ? NAN
               : looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, stays_in_bounds, a_row_further, "end")
double a_row_further(const float *in, const float *out, const float *pmi_table, double k,
                     size_t n_words, size_t n_contexts, size_t d_model)
{
    volatile float behind = in[n_words * d_model];
    (void)behind;
    return looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

WRONG(shifted_pmi_gap, finds_the_largest, infinite_gap_skipped,
      "A gap without end is left out: it is the largest there can be.")
double infinite_gap_skipped(const float *in, const float *out, const float *pmi_table,
                            double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    double largest = 0.0;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            const double gap =
                shifted_pmi_gap(in + w * d_model, out + c * d_model,
                                pmi_table + w * n_contexts + c, k, 1, 1, d_model);
            if (isnan(gap))
                return gap;
            if (isfinite(gap) && gap > largest)
                largest = gap;
        }
    return k > 0.0 && isfinite(k) ? largest : NAN;
}

CAUGHT(shifted_pmi_gap, random_tables, small_gaps_are_zero, "got 0")
double small_gaps_are_zero(const float *in, const float *out, const float *pmi_table,
                           double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    const double gap =
        shifted_pmi_gap(in, out, pmi_table, k, n_words, n_contexts, d_model);
    return gap < 1e-7 ? 0.0 : gap;
}

CAUGHT(shifted_pmi_gap, nan_shows, any_nan_of_out_counts, "the gap")
double any_nan_of_out_counts(const float *in, const float *out, const float *pmi_table,
                             double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    for (size_t j = 0; j < n_contexts * d_model; j++)
        if (isnan(out[j]))
            return NAN;
    return looked_at(in, out, pmi_table, k, n_words, n_contexts, d_model, OF_GAP);
}

CAUGHT(shifted_pmi_gap, worked_example, tiny_shift_refused, "nan")
double tiny_shift_refused(const float *in, const float *out, const float *pmi_table,
                          double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    return k < 1e-300
               ? NAN
               : shifted_pmi_gap(in, out, pmi_table, k, n_words, n_contexts, d_model);
}

CAUGHT(subsample_probability, at_most_one, cut_at_0_38196, "wanted 0.9999")
double cut_at_0_38196(uint64_t count, uint64_t total, double sample)
{
    const double p = subsample_probability(count, total, sample);
    return sample / ((double)count / (double)total) >= 0.38196 ? 1.0 : p;
}

CAUGHT(unigram_sampler, large_sizes, words_of_16_bits, "got")
bool words_of_16_bits(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                      size_t vocab_size, double power)
{
    const bool good = unigram_sampler(slots, n_slots, counts, vocab_size, power);
    for (size_t s = 0; s < n_slots && good; s++)
        slots[s] = (uint16_t)slots[s];
    return good;
}

CAUGHT(skipgram_step, refuses_no_outputs, nothing_of_nothing, "must return NAN")
double nothing_of_nothing(float *dcenter, float *doutputs, const float *center,
                          const float *outputs, size_t n_outputs, size_t d_model)
{
    return n_outputs == 0 && d_model == 0
               ? 0.0
               : skipgram_step(dcenter, doutputs, center, outputs, n_outputs, d_model);
}

CAUGHT(skipgram_step, large_scores, faint_slopes_are_zero, "got 0")
double faint_slopes_are_zero(float *dcenter, float *doutputs, const float *center,
                             const float *outputs, size_t n_outputs, size_t d_model)
{
    const double loss =
        skipgram_step(dcenter, doutputs, center, outputs, n_outputs, d_model);
    for (size_t k = 0; k < n_outputs * d_model; k++) {
        const float c = center[k % d_model];
        doutputs[k] = fabsf(doutputs[k]) < 1e-5f * fabsf(c) ? 0.0f : doutputs[k];
    }
    return loss;
}

CAUGHT(skipgram_step, large_sizes, blocks_lose_a_number, "the loss")
double blocks_lose_a_number(float *dcenter, float *doutputs, const float *center,
                            const float *outputs, size_t n_outputs, size_t d_model)
{
    double loss = skipgram_step(dcenter, doutputs, center, outputs, n_outputs, d_model);
    if (d_model == 0 || d_model % 16 != 0)
        return loss;
    for (size_t k = 0; k < n_outputs; k++) { // as if the last product were not there
        const double z = plain_dot(center, outputs + k * d_model, d_model);
        const double without = plain_dot(center, outputs + k * d_model, d_model - 1);
        loss += k == 0 ? soft(-without) - soft(-z) : soft(without) - soft(z);
    }
    return loss;
}

CAUGHT(pmi, counts_of_any_size, nearly_chance_is_chance, "got 0")
bool nearly_chance_is_chance(float *out, const double *counts, size_t n_words,
                             size_t n_contexts)
{
    const bool good = pmi(out, counts, n_words, n_contexts);
    for (size_t k = 0; k < n_words * n_contexts && good; k++)
        out[k] = fabsf(out[k]) < 1e-4f ? 0.0f : out[k];
    return good;
}

CAUGHT(pmi, counts_of_any_size, at_most_20, "got 20")
bool at_most_20(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    const bool good = pmi(out, counts, n_words, n_contexts);
    for (size_t k = 0; k < n_words * n_contexts && good; k++)
        out[k] = out[k] > 20.0f ? 20.0f : out[k];
    return good;
}

WRONG(shifted_pmi_gap, finds_the_largest, zero_is_never_met,
      "A PMI of 0 is left out like one of -infinity: the two met as often as by chance.")
double zero_is_never_met(const float *in, const float *out, const float *pmi_table,
                         double k, size_t n_words, size_t n_contexts, size_t d_model)
{
    float *without = calloc(n_words * n_contexts + 1, sizeof *without);
    for (size_t i = 0; i < n_words * n_contexts; i++)
        without[i] = pmi_table[i] == 0.0f ? -INFINITY : pmi_table[i];
    const double gap = shifted_pmi_gap(in, out, without, k, n_words, n_contexts, d_model);
    free(without);
    return gap;
}

CAUGHT(shifted_pmi_gap, worked_example, huge_k_refused, "the gap")
double huge_k_refused(const float *in, const float *out, const float *pmi_table, double k,
                      size_t n_words, size_t n_contexts, size_t d_model)
{
    return k > 1e300
               ? (double)NAN
               : shifted_pmi_gap(in, out, pmi_table, k, n_words, n_contexts, d_model);
}
