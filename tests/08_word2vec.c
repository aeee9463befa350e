// Tests of chapter 8, word2vec. A suite is a function, a test one thing that can be wrong.
#include "08_word2vec.h"
#include "judge.h"

#include "calls/08_word2vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(8);

static double random_unit(void)
{
    return ((double)judge_random() + 0.5) * 0x1p-32;
}

// From least to most, each power of ten as likely as any other.
static double random_size(double least, double most)
{
    return least * pow(most / least, random_unit());
}

// ---- 8.1 subsample_probability ---------------------------------------------------------

static double kept(uint64_t count, uint64_t total, double sample)
{
    const long double x = (long double)sample / ((long double)count / (long double)total);
    const double p = (double)(sqrtl(x) + x);
    return sample == 0 || p > 1 || isinf(sample) ? 1 : p;
}

static void try_subsample(uint64_t count, uint64_t total, double sample)
{
    fresh_case();
    const double wanted = kept(count, total, sample);
    expect_number("p", CALL(subsample_probability, count, total, sample), wanted,
                  1e-12 * wanted);
}

// A word whose sample / f is x.
static void try_ratio(double x)
{
    const uint64_t total = 1000000 + judge_random(),
                   count = total / random_between(2, 9000);
    try_subsample(count, total, x * (double)count / (double)total);
}

static void try_random_word(void)
{
    const uint64_t total = 1 + (uint64_t)random_size(1e2, 1e8);
    const uint64_t count = 1 + (uint64_t)(random_unit() * 0.2 * (double)total);
    try_subsample(count, total, random_size(1e-6, 1e-2));
}

Test(subsample_probability, worked_example)
{
    try_subsample(4, 100, 0.01);
    try_subsample(4, 1000, 0.01); // the same word, in another text
    for (int k = 0; k < 3; k++)
        try_random_word();
    judge_passed();
}

Test(subsample_probability, random_words)
{
    try_ratio(random_size(3, 50)); // a rare word first
    for (int k = 0; k < 12; k++)
        try_random_word();
    for (int k = 0; k < 4; k++)
        try_ratio(random_size(1e-9, 0.1));
    judge_passed();
}

// The formula passes 1 where sample / f is 0.381966.
Test(subsample_probability, at_most_one)
{
    for (int k = 0; k < 4; k++) {
        try_ratio(random_size(1, 1e9));
        try_ratio(0.381966 * (1 - random_size(1e-4, 0.5)));
        try_ratio(0.381966 * (1 - random_size(1e-7, 1e-5))); // nearly there
        try_ratio(0.38196602 * (1 + random_size(1e-10, 1e-7)));
        try_ratio(0.4 + 0.6 * random_unit());
    }
    try_subsample(1, 1, 2);
    try_subsample(7, 7, INFINITY);
    judge_passed();
}

Test(subsample_probability, any_counts)
{
    for (int k = 0; k < 4; k++) {
        const uint64_t total = (1ull << 40) + judge_random();
        try_subsample(total / random_between(1, 9), total, random_size(1e-6, 1e-3));
        try_subsample((1ull << 33) + judge_random(), 1ull << (36 + k * 8), 1e-5);
    }
    for (int k = 0; k < 3; k++) {
        const uint64_t count = random_between(1, 9000);
        try_subsample(count, count, random_size(1e-6, 0.3)); // a text of one word
    }
    try_subsample(UINT64_MAX / 3, UINT64_MAX, 1e-3);
    try_subsample((1ull << 63) + judge_random(), UINT64_MAX, 1e-3);
    try_subsample(UINT64_MAX, UINT64_MAX, 1e-3);
    judge_passed();
}

Test(subsample_probability, sample_zero)
{
    try_random_word();
    for (int k = 0; k < 3; k++)
        try_subsample(random_between(1, 100), 100 + judge_random(), k == 2 ? -0.0 : 0.0);
    try_ratio(1e-12);
    try_subsample(3, 4000, 1e-200);
    try_subsample(3, 4000, 1e-290);
    judge_passed();
}

static void refuse_subsample(uint64_t count, uint64_t total, double sample,
                             const char *why)
{
    fresh_case();
    const double got = CALL(subsample_probability, count, total, sample);
    expect(isnan(got), "subsample_probability must return NAN here: %s; got %g.", why,
           got);
}

Test(subsample_probability, refuses_bad_input)
{
    const uint64_t total = 1000 + judge_random();
    try_random_word();
    refuse_subsample(0, total, 1e-3, "count is 0");
    refuse_subsample(0, total, 0, "count is 0, though sample is 0");
    refuse_subsample(0, 0, 1e-3, "count and total are 0");
    refuse_subsample(total + 1, total, 1e-3, "count is larger than total");
    refuse_subsample(total + 1, total, 0, "count is larger than total");
    refuse_subsample(5, 0, 1e-3, "count is larger than total");
    refuse_subsample((1ull << 53) + 1, 1ull << 53, 1e-3,
                     "count is larger than total, by less than a double can say");
    try_random_word();
    refuse_subsample(5, total, -1e-9, "sample is negative");
    refuse_subsample(5, total, -INFINITY, "sample is negative");
    refuse_subsample(5, total, NAN, "sample is not a number");
    try_random_word();
    judge_passed();
}

// ---- 8.2 unigram_sampler ---------------------------------------------------------------

// What the slots must hold. Where the middle of a slot lies on the border of two shares, to
// within rounding, `got` may have either word.
static uint32_t *filled_slots(const uint32_t *got, size_t n_slots, const uint64_t *counts,
                              size_t vocab_size, double power)
{
    double total = 0, below = 0, *shares = judge_doubles(vocab_size);
    uint32_t *wanted = judge_ids(n_slots);
    for (size_t v = 0; v < vocab_size; v++) {
        shares[v] = counts[v] > 0 ? pow((double)counts[v], power) : 0;
        total += shares[v];
    }
    const double near = 1e-9 * total; // sums of doubles are off by far less
    size_t v = 0;
    for (size_t s = 0; s < n_slots; s++) {
        const double middle = ((double)s + 0.5) / (double)n_slots * total;
        while (!(below + shares[v] > middle) && v + 1 < vocab_size)
            below += shares[v++];
        wanted[s] = (uint32_t)v;
        double edge = below; // candidates on either side of the border
        for (size_t u = v; u-- > 0 && edge > middle - near;) {
            if (got[s] == u && counts[u] > 0)
                wanted[s] = (uint32_t)u;
            edge -= shares[u];
        }
        edge = below;
        for (size_t u = v; u < vocab_size && edge <= middle + near; u++) {
            if (got[s] == u && counts[u] > 0)
                wanted[s] = (uint32_t)u;
            edge += shares[u];
        }
    }
    return wanted;
}

static void try_sampler(size_t n_slots, const uint64_t *values, size_t vocab_size,
                        double power)
{
    fresh_case();
    const uint64_t *counts = bytes_in(values, vocab_size * sizeof *values);
    uint32_t *slots = ids_out(n_slots);
    expect_accepted(CALL(unigram_sampler, slots, n_slots, counts, vocab_size, power),
                    slots);
    expect_ids(slots, filled_slots(slots, n_slots, values, vocab_size, power), n_slots);
}

static uint64_t *room_for_counts(size_t n)
{
    return (uint64_t *)judge_doubles(n);
}

// Counts of words as they are in texts: a few large ones, many small ones, some zeros.
static uint64_t *draw_counts(size_t vocab_size, double most, unsigned one_in_is_zero)
{
    uint64_t *counts = room_for_counts(vocab_size);
    for (size_t v = 0; v < vocab_size; v++)
        counts[v] = one_in_is_zero > 0 && judge_random() % one_in_is_zero == 0
                        ? 0
                        : (uint64_t)random_size(1, most);
    counts[random_between(0, vocab_size - 1)] = (uint64_t)most;
    return counts;
}

static double some_power(void)
{
    return 0.05 + 0.9 * random_unit();
}

static void try_random_sampler(size_t n_slots, size_t vocab_size)
{
    try_sampler(n_slots, draw_counts(vocab_size, 5000, 0), vocab_size, some_power());
}

Test(unigram_sampler, worked_example)
{
    const uint64_t counts[3] = {16, 1, 0}, alike[3] = {1, 1, 1};
    try_sampler(9, counts, 3, 0.75);
    try_sampler(4, alike, 3, 0.75); // a slot and a third each: rounded, one is left over
    for (int k = 0; k < 3; k++)
        try_random_sampler(random_between(40, 80), random_between(2, 5));
    judge_passed();
}

Test(unigram_sampler, random_counts)
{
    const uint64_t alike[3] = {1, 1, 1};
    try_sampler(4, alike, 3, 0.75); // rounding and left edges give something else each
    for (int k = 0; k < 6; k++)
        try_random_sampler(random_between(50, 400), random_between(3, 30));
    try_random_sampler(random_between(20, 30), 1);
    // the same sizes, other counts, in the same place
    const uint64_t *first = draw_counts(7, 900, 0), *second = draw_counts(7, 900, 0);
    try_sampler(60, first, 7, 0.75);
    try_sampler(60, second, 7, 0.75);
    try_sampler(60, second, 7, 0.5);
    judge_passed();
}

Test(unigram_sampler, powers)
{
    for (int k = 0; k < 3; k++) {
        const size_t vocab_size = random_between(3, 12);
        const uint64_t *counts = draw_counts(vocab_size, 400, 0);
        try_sampler(random_between(50, 90), counts, vocab_size, 1);
        try_sampler(random_between(50, 90), counts, vocab_size, 0.75);
        try_sampler(random_between(50, 90), counts, vocab_size, k == 1 ? -0.0 : 0.0);
        try_sampler(random_between(50, 90), counts, vocab_size, 1e-3);
    }
    judge_passed();
}

// Words that do not occur: first, in the middle, last, nearly all.
Test(unigram_sampler, words_that_do_not_occur)
{
    uint64_t *late = draw_counts(6, 50, 0);
    late[0] = late[1] = 0;
    late[5] += 9;
    try_sampler(random_between(200, 300), late, 6, some_power());
    for (int k = 0; k < 6; k++) {
        const size_t vocab_size = random_between(5, 9);
        uint64_t *counts = draw_counts(vocab_size, 50, k < 4 ? 0 : 2);
        counts[k % 3 == 0 ? 0 : k % 3 == 1 ? vocab_size / 2 : vocab_size - 1] = 0;
        if (k == 3)
            counts[vocab_size - 1] = counts[1] = 0;
        if (counts[2] == 0)
            counts[2] = 3;
        try_sampler(random_between(30, 60), counts, vocab_size, 0);
        try_sampler(random_between(30, 60), counts, vocab_size, some_power());
        try_sampler(random_between(30, 60), counts, vocab_size, 1);
    }
    uint64_t *one = room_for_counts(9);
    one[random_between(0, 8)] = 1 + judge_random() % 9;
    try_sampler(11, one, 9, 0);
    try_sampler(11, one, 9, 0.75);
    judge_passed();
}

// Middles of slots exactly on the border of two shares: nothing is rounded here.
static void try_borders(const uint64_t *values, double power, const uint32_t wanted[2])
{
    fresh_case();
    const uint64_t *counts = bytes_in(values, 4 * sizeof *values);
    uint32_t *slots = ids_out(2);
    expect_accepted(CALL(unigram_sampler, slots, 2, counts, 4, power), slots);
    expect_ids(slots, wanted, 2);
}

// Fewer slots than words, and one alone: the middle decides.
Test(unigram_sampler, few_slots)
{
    try_borders((const uint64_t[]){1, 1, 1, 1}, 1, (const uint32_t[]){1, 3});
    try_borders((const uint64_t[]){5, 9, 2, 3}, 0, (const uint32_t[]){1, 3});
    for (int k = 0; k < 4; k++) {
        try_random_sampler(1, random_between(2, 40));
        try_random_sampler(random_between(2, 5), random_between(20, 60));
    }
    judge_passed();
}

Test(unigram_sampler, large_sizes)
{
    try_random_sampler(300007, 3); // above a megabyte
    try_random_sampler(31, 70001); // the last ones are beyond 65,536
    try_random_sampler(30011, 9001);
    judge_passed();
}

Test(unigram_sampler, large_counts)
{
    for (int k = 0; k < 4; k++) {
        const size_t vocab_size = random_between(3, 9);
        try_sampler(700, draw_counts(vocab_size, k < 2 ? 1e12 : 1.5e19, 0), vocab_size,
                    k % 2 ? 1 : some_power());
    }
    try_sampler(1, (const uint64_t[]){16777217, 16777216}, 2, 1);
    judge_remark("Counts of 64 bits may add up to more than fits 64 bits.");
    try_sampler(9, (const uint64_t[]){1ull << 63, 0, 1ull << 63}, 3, some_power());
    try_sampler(9, (const uint64_t[]){1ull << 63, 1ull << 63}, 2, 1);
    judge_passed();
}

static void refuse_sampler(size_t n_slots, const uint64_t *values, size_t vocab_size,
                           double power, const char *why)
{
    fresh_case();
    const uint64_t *counts = bytes_in(values, vocab_size * sizeof *values);
    uint32_t *slots = ids_out(n_slots);
    expect_refused(CALL(unigram_sampler, slots, n_slots, counts, vocab_size, power),
                   slots, why);
}

Test(unigram_sampler, refuses_bad_input)
{
    const uint64_t *counts = draw_counts(6, 90, 0), *zeros = room_for_counts(5003);
    try_sampler(20, counts, 6, 0.75);
    refuse_sampler(20, zeros, 6, 0.75, "no word occurs");
    refuse_sampler(20, zeros, 6, 0, "no word occurs, at any power");
    refuse_sampler(20, zeros, 5003, 1, "no word occurs");
    refuse_sampler(20, zeros, 0, 0.75, "there are no words");
    refuse_sampler(20, zeros, 0, 0, "there are no words");
    refuse_sampler(20, zeros, 1, 0.75, "the only word does not occur");
    refuse_sampler(0, zeros, 6, 0.75, "no word occurs, though no slot is asked for");
    refuse_sampler(0, zeros, 0, 1, "there are no words, though no slot is asked for");
    refuse_sampler(0, counts, 6, 2, "the power is above 1, though no slot is asked for");
    refuse_sampler(20, counts, 6, nextafter(1, 2), "the power is just above 1");
    refuse_sampler(20, counts, 6, -1e-60, "the power is just below 0");
    try_random_sampler(20, 6);
    refuse_sampler(20, counts, 6, -0.01, "the power is negative");
    refuse_sampler(20, counts, 6, 1.01, "the power is above 1");
    refuse_sampler(20, counts, 6, NAN, "the power is not a number");
    refuse_sampler(20, counts, 6, INFINITY, "the power is above 1");
    refuse_sampler(6007, counts, 6, -INFINITY, "the power is negative");
    try_random_sampler(20, 6);
    judge_passed();
}

Test(unigram_sampler, accepts_no_slots)
{
    try_random_sampler(8, 4);
    try_sampler(0, draw_counts(4, 50, 0), 4, some_power());
    try_random_sampler(8, 4);
    judge_passed();
}

Test(unigram_sampler, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_sampler(23, 5);
        try_random_sampler(1, 1);
        uint64_t *counts = draw_counts(6, 50, 0);
        counts[5] = counts[4] = 0;
        try_sampler(10, counts, 6, some_power());
    }
    judge_passed();
}

// ---- 8.3 skipgram_step -----------------------------------------------------------------

struct step {
    const float *center, *outputs;
    size_t n_outputs, d_model;
    bool is_exact; // the scores come out the same in any order
};

static double sigmoid(double z)
{
    return z < 0 ? exp(z) / (1 + exp(z)) : 1 / (1 + exp(-z));
}

static double sizes_of(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs((double)a[i] * (double)b[i]);
    return sum;
}

// Scores may be summed in float; g, its products and their sums are rounded a few times.
static void try_step(const struct step *p)
{
    const size_t n = p->n_outputs, d = p->d_model;
    double loss = 0, loss_allowed = 1e-9;
    double *dcenter = judge_doubles(d), *center_allowed = judge_doubles(d);
    double *doutputs = judge_doubles(n * d), *outputs_allowed = judge_doubles(n * d);
    fresh_case();
    const float *center = floats_in(p->center, d),
                *outputs = floats_in(p->outputs, n * d);
    float *got_center = floats_out(d), *got_outputs = floats_out(n * d);
    const double got =
        CALL(skipgram_step, got_center, got_outputs, center, outputs, n, d);
    for (size_t k = 0; k < n; k++) {
        const float *u = p->outputs + k * d;
        const double z = dot_product(p->center, u, d);
        const double off =
            p->is_exact ? 0 : sizes_of(p->center, u, d) * (double)(d + 1) * 0x1p-23;
        const double wrong = k == 0 ? -z : z, g = k == 0 ? -sigmoid(-z) : sigmoid(z);
        loss += (wrong > 0 ? wrong : 0) + log1p(exp(-fabs(z)));
        loss_allowed += off + 1e-6 * ((wrong > 0 ? wrong : 0) + 1);
        const double g_off = fmin(1, off / 4) + 0x1p-22;
        for (size_t i = 0; i < d; i++) {
            const double x = (double)u[i], c = (double)p->center[i];
            dcenter[i] += g * x;
            center_allowed[i] += fabs(x) * (g_off + (double)(n + 2) * 0x1p-23) + 0x1p-140;
            doutputs[k * d + i] = g * c;
            outputs_allowed[k * d + i] = fabs(c) * (g_off + 0x1p-22) + 0x1p-140;
        }
    }
    expect_number("the loss", got, loss, loss_allowed);
    expect_floats(got_center, dcenter, center_allowed, 1, d);
    expect_floats(got_outputs, doutputs, outputs_allowed, n, d);
}

static float *scaled_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)((double)values[k] * scale);
    return values;
}

static struct step draw_step(size_t n_outputs, size_t d_model, double scale)
{
    return (struct step){scaled_normals(d_model, scale),
                         scaled_normals(n_outputs * d_model, scale), n_outputs, d_model,
                         false};
}

static void try_random_step(size_t n_outputs, size_t d_model)
{
    const struct step p =
        draw_step(n_outputs, d_model, 1 / sqrt(sqrt((double)d_model + 1)));
    try_step(&p);
}

Test(skipgram_step, worked_example)
{
    const float center = 2, outputs[2] = {0.5f, -0.5f};
    const struct step p = {&center, outputs, 2, 1, true};
    try_step(&p);
    try_random_step(2, 1);
    try_random_step(3, 1);
    try_random_step(2, 3);
    judge_passed();
}

// d = 2, one that came and two that were drawn (made with PyTorch's autograd in 64 bits).
Test(skipgram_step, reference_gradient)
{
    const float center[2] = {0.5f, -0.3f};
    const float outputs[6] = {0.2f, 0.8f, -0.4f, 0.1f, 0.6f, 0.6f};
    const struct step p = {center, outputs, 3, 2, false};
    try_step(&p);
    try_random_step(3, 2);
    try_random_step(4, 2);
    judge_passed();
}

Test(skipgram_step, random_steps)
{
    for (int k = 0; k < 8; k++)
        try_random_step(k == 0 ? 1 : random_between(2, 8), random_between(2, 9));
    const struct step first = draw_step(6, 10, 0.5), second = draw_step(6, 10, 0.5);
    try_step(&first);
    try_step(&second);
    judge_passed();
}

static double loss_of(const double *center, const double *outputs, size_t n, size_t d)
{
    double loss = 0;
    for (size_t k = 0; k < n; k++) {
        double z = 0;
        for (size_t i = 0; i < d; i++)
            z += center[i] * outputs[k * d + i];
        loss += log(1 + exp(k == 0 ? -z : z));
    }
    return loss;
}

static double slope_of(double *at, const double *center, const double *outputs, size_t n,
                       size_t d)
{
    const double was = *at, step = 1e-5;
    *at = was + step;
    const double up = loss_of(center, outputs, n, d);
    *at = was - step;
    const double down = loss_of(center, outputs, n, d);
    *at = was;
    return (up - down) / (2 * step);
}

Test(skipgram_step, finite_differences)
{
    judge_remark(
        "What is wanted was found by nudging each number up and down and looking "
        "at the loss.");
    for (int draw = 0; draw < 3; draw++) {
        const size_t n = random_between(2, 5), d = random_between(2, 4);
        const struct step p = draw_step(n, d, 0.7);
        double *center = as_doubles(p.center, d), *outputs = as_doubles(p.outputs, n * d);
        double *of_center = judge_doubles(d), *of_outputs = judge_doubles(n * d);
        for (size_t i = 0; i < d; i++)
            of_center[i] = slope_of(center + i, center, outputs, n, d);
        for (size_t k = 0; k < n * d; k++)
            of_outputs[k] = slope_of(outputs + k, center, outputs, n, d);
        fresh_case();
        const float *given = floats_in(p.center, d), *rows = floats_in(p.outputs, n * d);
        float *dcenter = floats_out(d), *doutputs = floats_out(n * d);
        const double got = CALL(skipgram_step, dcenter, doutputs, given, rows, n, d);
        expect_number("the loss", got, loss_of(center, outputs, n, d), 1e-5);
        expect_floats(dcenter, of_center, filled(d, 1e-5), 1, d);
        expect_floats(doutputs, of_outputs, filled(n * d, 1e-5), n, d);
    }
    judge_passed();
}

// Scores of any size: the first two numbers of each row make them, the third is drawn.
static void try_scores(const double *scores, size_t n)
{
    float center[3] = {1, 1, 0}, *outputs = judge_floats(n * 3);
    for (size_t k = 0; k < n; k++) {
        outputs[k * 3] = (float)(scores[k] / 2);
        outputs[k * 3 + 1] = (float)(scores[k] / 2);
        outputs[k * 3 + 2] = (float)random_normal();
    }
    const struct step p = {center, outputs, n, 3, true};
    try_step(&p);
}

Test(skipgram_step, large_scores)
{
    for (int draw = 0; draw < 2; draw++) {
        const double far = floor(random_size(800, 9000)),
                     mid = floor(random_size(100, 600)),
                     near = floor(random_size(18, 80)),
                     slight = (double)random_between(7, 11),
                     faint = 12.5 + random_unit(); // a slope of two millionths
        const double sets[][3] = {
            {-slight, 1, slight},   {slight, -slight, -1}, {-faint, -faint, faint},
            {faint, -faint, faint}, {-mid, 1, -1},         {0.5, mid, -1},
            {-far, 1, -1},          {far, 1, -1},          {0.5, far, -1},
            {0.5, -far, 1},         {-near, 0, 1},         {near, 0, 1},
            {1, near, 0},           {1, -near, 0},         {-far, far, 0},
            {far, -far, -far},      {-800, 1, 0.5},        {0.5, 800, 1},
            {-10000, 1, 0},         {0, 1, 10000},
        };
        const size_t n = sizeof sets / sizeof *sets;
        for (size_t k = 0; k < (draw == 0 ? n : 4); k++) // the near ones twice
            try_scores(sets[k], 3);
    }
    judge_passed();
}

// Small rows, as at birth: the slopes are near 1/2, the gradients small, not zero.
Test(skipgram_step, small_rows)
{
    const double scales[] = {1e-2, 1e-5, 1e-12, 1e-20, 1e-30};
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
        const struct step p = draw_step(4, 5, scales[k]);
        try_step(&p);
    }
    struct step p = draw_step(3, 4, 1);
    p.outputs = judge_floats(3 * 4); // zeros, as `out` begins
    try_step(&p);
    judge_passed();
}

// Numbers whose sums are exact in any order, however many there are.
static void try_whole_step(size_t n_outputs, size_t d_model)
{
    float *center = judge_floats(d_model), *outputs = judge_floats(n_outputs * d_model);
    for (size_t i = 0; i < d_model; i++)
        center[i] = (float)random_between(0, 1) * 2 - 1; // no 0: each number counts
    for (size_t k = 0; k < n_outputs * d_model; k++)
        outputs[k] = ((float)random_between(0, 1) * 2 - 1) * 0x1p-8f;
    const struct step p = {center, outputs, n_outputs, d_model, true};
    try_step(&p);
}

Test(skipgram_step, large_sizes)
{
    try_random_step(5003, 3);
    try_whole_step(3, 70001);
    try_whole_step(2, 16); // whole blocks, and one number less
    try_whole_step(2, 31);
    try_random_step(2, 113);
    try_random_step(67, 131);
    judge_passed();
}

Test(skipgram_step, refuses_no_outputs)
{
    try_random_step(3, 4);
    for (int k = 0; k < 2; k++) {
        const size_t d = k == 0 ? random_between(3, 6) : 5003;
        fresh_case();
        const float *center = floats_in(normals(d), d), *outputs = floats_in(NULL, 0);
        float *dcenter = floats_out(d), *doutputs = floats_out(0);
        const double got = CALL(skipgram_step, dcenter, doutputs, center, outputs, 0, d);
        expect(isnan(got), "skipgram_step must return NAN where no word came; got %g.",
               got);
        expect(is_untouched(dcenter),
               "skipgram_step wrote to dcenter, and no word came.");
    }
    fresh_case();
    expect(isnan(CALL(skipgram_step, floats_out(0), floats_out(0), floats_in(NULL, 0),
                      floats_in(NULL, 0), 0, 0)),
           "skipgram_step must return NAN where no word came, also for rows of no "
           "numbers.");
    judge_case("%s", "Rows of no numbers: each score is 0, and each loss ln 2.");
    try_random_step(random_between(1, 5), 0);
    try_random_step(3, 4);
    judge_passed();
}

Test(skipgram_step, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_step(6, 7);
        try_random_step(1, 1);
    }
    judge_passed();
}

// ---- 8.4 pmi ---------------------------------------------------------------------------

static double *surprises(const double *counts, size_t n_words, size_t n_contexts)
{
    double *out = judge_doubles(n_words * n_contexts);
    double *rows = judge_doubles(n_words), *columns = judge_doubles(n_contexts), all = 0;
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            rows[w] += counts[w * n_contexts + c];
            columns[c] += counts[w * n_contexts + c];
            all += counts[w * n_contexts + c];
        }
    for (size_t c = 0; c < n_contexts; c++)
        columns[c] = log(columns[c]);
    for (size_t w = 0; w < n_words; w++) {
        const double row = log(rows[w]) - log(all);
        for (size_t c = 0; c < n_contexts; c++) {
            const double n = counts[w * n_contexts + c];
            out[w * n_contexts + c] = n > 0 ? log(n) - row - columns[c] : -INFINITY;
        }
    }
    return out;
}

static void try_pmi(const double *values, size_t n_words, size_t n_contexts)
{
    const size_t n = n_words * n_contexts;
    fresh_case();
    const double *counts = doubles_in(values, n);
    float *out = floats_out(n);
    expect_accepted(CALL(pmi, out, counts, n_words, n_contexts), out);
    expect_floats(out, surprises(values, n_words, n_contexts), filled(n, 1e-5), n_words,
                  n_contexts);
}

// Counts from a few to `most`; one in `one_in_is_zero` is 0.
static double *draw_meetings(size_t n, double most, unsigned one_in_is_zero)
{
    double *counts = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        counts[k] = one_in_is_zero > 0 && judge_random() % one_in_is_zero == 0
                        ? 0
                        : floor(random_size(1, most));
    return counts;
}

static void try_random_pmi(size_t n_words, size_t n_contexts)
{
    try_pmi(draw_meetings(n_words * n_contexts, 60, 4), n_words, n_contexts);
}

Test(pmi, worked_example)
{
    const double counts[4] = {3, 1, 1, 3};
    try_pmi(draw_meetings(6, 5000, 0), 2, 3); // unlike rows and columns, all met
    try_pmi(counts, 2, 2);
    try_random_pmi(2, 2);
    try_random_pmi(2, 3);
    judge_passed();
}

// The counts of the shifted-PMI theorem's small example, and others of their shape.
Test(pmi, reference_counts)
{
    const double counts[9] = {6, 2, 0, 1, 4, 3, 0, 1, 7};
    try_pmi(counts, 3, 3);
    for (int k = 0; k < 3; k++)
        try_random_pmi(3, 3);
    judge_passed();
}

Test(pmi, random_counts)
{
    for (int k = 0; k < 6; k++) {
        const size_t n_words = random_between(2, 7);
        try_random_pmi(n_words, n_words + random_between(1, 4));
        try_random_pmi(n_words + random_between(1, 4), n_words);
    }
    for (int k = 0; k < 2; k++) { // the same sizes, other numbers
        try_random_pmi(5, 4);
        try_random_pmi(1, 6);
        try_random_pmi(6, 1);
    }
    judge_passed();
}

// Pairs, words and neighbours that never met anything.
Test(pmi, never_met)
{
    for (int k = 0; k < 4; k++) {
        double *counts = draw_meetings(5 * 6, 40, 3);
        const size_t w = k == 0 ? 0 : k == 1 ? 4 : 2, c = k == 0 ? 5 : k == 1 ? 0 : 3;
        for (size_t j = 0; j < 6; j++)
            counts[w * 6 + j] = 0;
        for (size_t j = 0; j < 5; j++)
            counts[j * 6 + c] = j == 3 ? -0.0 : 0;
        try_pmi(counts, 5, 6);
    }
    try_pmi(judge_doubles(12), 3, 4);
    judge_passed();
}

Test(pmi, counts_of_any_size)
{
    const double scales[] = {1e-6, 1e-3, 1.0 / 3, 1e6, 1e10};
    try_pmi((const double[]){1e12, 1e-6, 1.5, 0, 1e12, 1e12}, 2, 3);
    try_pmi((const double[]){1e12, 0, 0, random_size(1e-6, 1e-5)}, 2, 2); // ln 10^17
    for (int k = 0; k < 3; k++) { // nearly what chance would have
        double nearly[12];
        for (size_t j = 0; j < 12; j++)
            nearly[j] = floor(1e6 * (1 + random_size(3e-5, 1e-3)));
        try_pmi(nearly, 3, 4);
    }
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
        double *counts = draw_meetings(4 * 5, 50, 4);
        for (size_t j = 0; j < 4 * 5; j++)
            counts[j] *= scales[k];
        try_pmi(counts, 4, 5);
        double *wide = judge_doubles(4 * 5);
        for (size_t j = 0; j < 4 * 5; j++)
            wide[j] = random_size(1e-6, 1e12);
        try_pmi(wide, 4, 5);
    }
    judge_passed();
}

Test(pmi, large_sizes)
{
    try_random_pmi(5003, 3);
    try_random_pmi(3, 5003);
    try_random_pmi(1, 70001);
    try_random_pmi(70001, 1);
    try_random_pmi(131, 67);
    judge_passed();
}

static void refuse_pmi(size_t n_words, size_t n_contexts, size_t place, double bad,
                       const char *why)
{
    const size_t n = n_words * n_contexts;
    double *values = draw_meetings(n, 40, 4);
    values[place] = bad;
    fresh_case();
    const double *counts = doubles_in(values, n);
    float *out = floats_out(n);
    expect_refused(CALL(pmi, out, counts, n_words, n_contexts), out, why);
}

Test(pmi, refuses_bad_counts)
{
    try_random_pmi(4, 5);
    const size_t shapes[][2] = {{4, 5}, {1, 3}, {2503, 3}, {3, 2503}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        const size_t n_words = shapes[k][0], n_contexts = shapes[k][1];
        const size_t n = n_words * n_contexts;
        refuse_pmi(n_words, n_contexts, n - 1, -1, "the last count is negative");
        refuse_pmi(n_words, n_contexts, n / 2, k % 2 ? -1e-9 : -1e-60,
                   "a count in the middle is negative");
        refuse_pmi(n_words, n_contexts, 0, NAN, "the first count is not a number");
        refuse_pmi(n_words, n_contexts, n - 1, NAN, "the last count is not a number");
        refuse_pmi(n_words, n_contexts, n / 2, INFINITY,
                   "a count in the middle is infinite");
        refuse_pmi(n_words, n_contexts, n - 1, -INFINITY, "the last count is negative");
        try_random_pmi(4, 5);
    }
    judge_passed();
}

Test(pmi, accepts_no_words)
{
    try_random_pmi(3, 4);
    try_pmi(NULL, 0, 4);
    try_pmi(NULL, 4, 0);
    try_pmi(NULL, 0, 0);
    try_random_pmi(3, 4);
    judge_passed();
}

Test(pmi, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_pmi(5, 7);
        try_random_pmi(1, 1);
    }
    judge_passed();
}

// ---- 8.5 shifted_pmi_gap ---------------------------------------------------------------

struct fit {
    float *in, *out, *table;
    double k;
    size_t n_words, n_contexts, d_model;
};

// The largest gap, and how far doubles may be from it.
static double gap_of(const struct fit *p, double *allowed)
{
    const size_t d = p->d_model;
    const double shift = log(p->k);
    double largest = 0, sizes = 0;
    for (size_t w = 0; w < p->n_words; w++)
        for (size_t c = 0; c < p->n_contexts; c++) {
            const double wanted = (double)p->table[w * p->n_contexts + c];
            if (isinf(wanted))
                continue;
            const double z = dot_product(p->in + w * d, p->out + c * d, d);
            largest = fmax(largest, fabs(z - wanted + shift));
            sizes = fmax(sizes, sizes_of(p->in + w * d, p->out + c * d, d));
        }
    *allowed = 1e-9 * (largest + 1) + sizes * (double)(d + 1) * 0x1p-52;
    return largest;
}

static double call_gap(const struct fit *p)
{
    fresh_case();
    const float *in = floats_in(p->in, p->n_words * p->d_model);
    const float *out = floats_in(p->out, p->n_contexts * p->d_model);
    const float *table = floats_in(p->table, p->n_words * p->n_contexts);
    return CALL(shifted_pmi_gap, in, out, table, p->k, p->n_words, p->n_contexts,
                p->d_model);
}

static void try_fit(const struct fit *p)
{
    double allowed, wanted = gap_of(p, &allowed);
    expect_number("the gap", call_gap(p), wanted, allowed);
}

// Tables that fit to within `off` and less, one in four pairs never met.
static struct fit draw_fit(size_t n_words, size_t n_contexts, size_t d_model, double off)
{
    struct fit p = {.in = normals(n_words * d_model),
                    .out = normals(n_contexts * d_model),
                    .table = judge_floats(n_words * n_contexts),
                    .k = random_size(0.2, 30),
                    .n_words = n_words,
                    .n_contexts = n_contexts,
                    .d_model = d_model};
    const double shift = log(p.k);
    for (size_t w = 0; w < n_words; w++)
        for (size_t c = 0; c < n_contexts; c++) {
            const double z =
                dot_product(p.in + w * d_model, p.out + c * d_model, d_model);
            p.table[w * n_contexts + c] =
                judge_random() % 4 == 0
                    ? -INFINITY
                    : (float)(z + shift + off * (2 * random_unit() - 1));
        }
    return p;
}

static void try_random_fit(size_t n_words, size_t n_contexts, size_t d_model)
{
    const struct fit p = draw_fit(n_words, n_contexts, d_model, 1);
    try_fit(&p);
}

Test(shifted_pmi_gap, worked_example)
{
    float in[2] = {1, 2}, out[2] = {3, 0.5f}, table = 5;
    struct fit p = {in, out, &table, 4, 1, 1, 2};
    try_fit(&p); // 4, ln 4 and 0 give other gaps, and none is below 0
    p.k = 1;
    try_fit(&p);
    p.k = 2;
    try_fit(&p);
    p.k = 1e-320;
    try_fit(&p);
    p.k = DBL_MAX;
    try_fit(&p);
    try_random_fit(1, 1, 2);
    try_random_fit(2, 3, 2);
    judge_passed();
}

Test(shifted_pmi_gap, random_tables)
{
    for (int k = 0; k < 8; k++) {
        const size_t n_words = random_between(2, 7);
        try_random_fit(n_words, n_words + random_between(1, 4), random_between(1, 6));
        try_random_fit(n_words + random_between(1, 4), n_words, random_between(1, 6));
    }
    for (int k = 0; k < 3; k++)
        try_random_fit(5, 4, 3);
    float zero = 0, tiny = (float)random_size(1e-30, 1e-20);
    fresh_case();
    const float *in = floats_in(&zero, 1), *out = floats_in(&zero, 1);
    const float *table = floats_in(&tiny, 1);
    expect_number("the gap", CALL(shifted_pmi_gap, in, out, table, 1, 1, 1, 1),
                  (double)tiny, 1e-6 * (double)tiny);
    judge_passed();
}

// A gap without end is the largest.
static void try_infinite_gap(float infinite)
{
    struct fit p = draw_fit(4, 5, 3, 1);
    p.table[7] = 0.5f;
    p.in[1 * 3] = infinite;
    for (size_t c = 0; c < 5; c++)
        p.out[c * 3] = 0.5f;
    expect_number("the gap", call_gap(&p), INFINITY, 0);
}

// The one large gap is first, in the middle, last; too high, too low.
Test(shifted_pmi_gap, finds_the_largest)
{
    const size_t places[] = {0, 7, 19};
    for (size_t k = 0; k < 6; k++) {
        struct fit p = draw_fit(4, 5, 3, 0.1);
        const size_t at = places[k / 2];
        const double z = dot_product(p.in + at / 5 * 3, p.out + at % 5 * 3, 3);
        p.table[at] = (float)(z + log(p.k) + (k % 2 ? 3 : -3) * (1 + random_unit()));
        try_fit(&p);
    }
    for (size_t k = 0; k < 3; k++) { // where chance is met exactly, and far below it
        struct fit p = draw_fit(4, 5, 3, 0.1);
        const size_t w = places[k] / 5, c = places[k] % 5;
        for (size_t i = 0; i < 3; i++) // the dot product is not the shift
            p.out[c * 3 + i] = p.in[w * 3 + i] * (log(p.k) < 0 ? 2 : -2);
        p.in[w * 3] *= 4;
        p.table[places[k]] = 0;
        try_fit(&p);
        p.table[places[k]] = -1e30f;
        try_fit(&p);
    }
    try_infinite_gap(INFINITY);
    try_infinite_gap(-INFINITY);
    judge_passed();
}

Test(shifted_pmi_gap, pairs_never_met)
{
    struct fit p = draw_fit(3, 4, 2, 1);
    for (size_t k = 1; k < 12; k++)
        p.table[k] = -INFINITY;
    p.table[0] = (float)random_normal();
    try_fit(&p);
    p.table[0] = -INFINITY;
    p.table[11] = (float)random_normal();
    try_fit(&p);
    p.table[11] = -INFINITY;
    try_fit(&p); // none at all: 0
    try_random_fit(3, 4, 2);
    judge_passed();
}

static void expect_nan(const struct fit *p, const char *why)
{
    const double got = call_gap(p);
    expect(isnan(got), "shifted_pmi_gap must return NAN here: %s; got %g.", why, got);
}

// A NaN in `in` or `out` shows, wherever it is; but not where nothing is compared with it.
Test(shifted_pmi_gap, nan_shows)
{
    try_random_fit(4, 5, 3);
    for (int k = 0; k < 6; k++) {
        struct fit p = draw_fit(4, 5, 3, 1);
        const size_t w = k % 3 == 0 ? 0 : k % 3 == 1 ? 2 : 3;
        p.table[w * 5 + w + 1] = 0.5f;
        if (k < 3)
            p.in[w * 3 + (size_t)k] = NAN;
        else
            p.out[(w + 1) * 3 + (size_t)k - 3] = NAN;
        expect_nan(&p, "a row that is compared holds a NaN");
    }
    struct fit p = draw_fit(4, 5, 3, 1);
    p.in[2 * 3 + 1] = NAN;
    p.out[4 * 3] = NAN;
    for (size_t c = 0; c < 5; c++)
        p.table[2 * 5 + c] = -INFINITY;
    for (size_t w = 0; w < 4; w++)
        p.table[w * 5 + 4] = -INFINITY;
    p.table[0] = 0.25f;
    struct fit without = p;
    without.in = judge_floats(12);
    memcpy(without.in, p.in, 12 * sizeof *p.in);
    without.in[2 * 3 + 1] = 0;
    without.out = judge_floats(15);
    memcpy(without.out, p.out, 15 * sizeof *p.out);
    without.out[4 * 3] = 0;
    double allowed, wanted = gap_of(&without, &allowed);
    expect_number("the gap", call_gap(&p), wanted, allowed);
    judge_passed();
}

Test(shifted_pmi_gap, sums_in_double)
{
    for (int k = 0; k < 4; k++) {
        struct fit p = draw_fit(3, 4, 3, 1);
        for (size_t w = 0; w < 3; w++) {
            p.in[w * 3] = 1e4f;
            p.in[w * 3 + 2] = -1e4f;
        }
        for (size_t c = 0; c < 4; c++)
            p.out[c * 3] = p.out[c * 3 + 2] = (float)(1e4 * (1 + random_unit()));
        for (size_t j = 0; j < 12; j++)
            p.table[j] = (float)random_normal();
        try_fit(&p);
        for (size_t w = 0; w < 3; w++) { // numbers of any size
            p.in[w * 3] = 1e-40f;
            p.in[w * 3 + 2] = 0;
        }
        for (size_t c = 0; c < 4; c++)
            p.out[c * 3] = 3e38f;
        try_fit(&p);
    }
    judge_passed();
}

Test(shifted_pmi_gap, large_sizes)
{
    try_random_fit(5003, 3, 2);
    try_random_fit(3, 5003, 2);
    try_random_fit(2, 3, 70001);
    try_random_fit(67, 41, 17);
    try_random_fit(3, 4, 16); // whole blocks, and one number less
    try_random_fit(3, 4, 31);
    judge_passed();
}

Test(shifted_pmi_gap, refuses_bad_shift)
{
    const double bad[] = {0, -1, NAN, INFINITY, -INFINITY, -0.0};
    try_random_fit(3, 4, 2);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct fit p = draw_fit(3, 4, 2, 1);
        p.k = bad[k];
        expect_nan(&p, isnan(bad[k]) ? "k is not a number"
                       : bad[k] > 0  ? "k is infinite"
                                     : "k is not positive");
        p.n_words = 0;
        expect_nan(&p, "k is not good, though there are no words");
    }
    try_random_fit(3, 4, 2);
    judge_passed();
}

Test(shifted_pmi_gap, nothing_to_compare)
{
    try_random_fit(3, 4, 2);
    for (int k = 0; k < 3; k++) {
        struct fit p = draw_fit(3, 4, 2, 1);
        if (k == 2) { // rows of no numbers: each dot product is 0
            p.d_model = 0;
            try_fit(&p);
            continue;
        }
        p.n_words = k == 0 ? 0 : 3;
        p.n_contexts = k == 0 ? 4 : 0;
        try_fit(&p);
    }
    try_random_fit(3, 4, 2);
    judge_passed();
}

Test(shifted_pmi_gap, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_fit(5, 7, 3);
        try_random_fit(1, 1, 1);
    }
    judge_passed();
}
