// Tests of chapter 3, trainer. A suite is a function, a test one thing that can be wrong.
#include "03_trainer.h"
#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

JUDGE_CHAPTER(3);

// A number was asked for with bad input: NaN, and nothing written.
static void expect_nan(const char *function, double got, const void *output,
                       const char *name, const char *why)
{
    if (!isnan(got))
        judge_fail(WRONG, "%s must return NAN here: %s.", function, why);
    if (!is_untouched(output))
        judge_fail(WRONG,
                   "%s returned NAN, but %s must stay untouched: %s. Check everything "
                   "before you write anything.",
                   function, name, why);
}

static double *doubles_of(const float *values, size_t n)
{
    double *out = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)values[i];
    return out;
}

// ---- 3.1 softmax_cross_entropy -------------------------------------------------------

// softmax over n numbers that are `stride` apart
static void softmax(double *p, const double *logits, size_t n, size_t stride)
{
    double largest = logits[0], total = 0;
    for (size_t v = 0; v < n; v++)
        largest = fmax(largest, logits[v * stride]);
    for (size_t v = 0; v < n; v++)
        total += p[v * stride] = exp(logits[v * stride] - largest);
    for (size_t v = 0; v < n; v++)
        p[v * stride] /= total;
}

// -ln p[target], without a detour over a p that may be too small for a double
static double loss_of_row(const double *logits, uint32_t target, size_t n)
{
    double largest = logits[0], total = 0;
    for (size_t v = 0; v < n; v++)
        largest = fmax(largest, logits[v]);
    for (size_t v = 0; v < n; v++)
        total += exp(logits[v] - largest);
    return largest - logits[target] + log(total);
}

static double mean_loss(const double *logits, const uint32_t *targets, size_t n_tokens,
                        size_t vocab_size)
{
    double sum = 0;
    for (size_t t = 0; t < n_tokens; t++)
        sum += loss_of_row(logits + t * vocab_size, targets[t], vocab_size);
    return sum / (double)n_tokens;
}

static double *probabilities(const double *logits, size_t n_tokens, size_t vocab_size)
{
    double *p = judge_doubles(n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        softmax(p + t * vocab_size, logits + t * vocab_size, vocab_size, 1);
    return p;
}

// factor * p - (weight where v is the target)
static double *slopes(const double *p, const uint32_t *targets, size_t n_tokens,
                      size_t vocab_size, double factor, double weight)
{
    double *out = judge_doubles(n_tokens * vocab_size);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < vocab_size; v++)
            out[t * vocab_size + v] =
                factor * p[t * vocab_size + v] - (v == targets[t] ? weight : 0);
    return out;
}

static void expect_loss(double got, const double *logits, const uint32_t *targets,
                        size_t n_tokens, size_t vocab_size)
{
    const double right = mean_loss(logits, targets, n_tokens, vocab_size);
    const double sum = right * (double)n_tokens, negative = -right, bits = right / log(2);
    const double last = loss_of_row(logits + (n_tokens - 1) * vocab_size,
                                    targets[n_tokens - 1], vocab_size);
    const double last_only = last / (double)n_tokens, by_words = sum / (double)vocab_size;
    const double *p = probabilities(logits, n_tokens, vocab_size);
    double mean_p = 0;
    for (size_t t = 0; t < n_tokens; t++)
        mean_p += p[t * vocab_size + targets[t]] / (double)n_tokens;
    const struct mistake mistakes[] = {
        {"This is the sum of the rows' losses: the loss is their mean.", &sum},
        {"The sign is turned round: the loss is -ln p, and p is below 1.", &negative},
        {"This is in bits: use the natural logarithm, log().", &bits},
        {"This is the probability, not -ln of it.", &mean_p},
        {"This is the loss of the last row only.", &last},
        {"This is the loss of the last row only.", &last_only},
        {"The sum is divided by vocab_size: the mean is over the n_tokens rows.",
         &by_words},
        {NULL, NULL},
    };
    expect_number("the loss", got, right,
                  (fabs(right) + (double)vocab_size * 0.1) * 4e-7 + 1e-6, mistakes);
}

static void expect_dlogits(const float *got, const double *logits,
                           const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    const double each = 1.0 / (double)n_tokens;
    const double *p = probabilities(logits, n_tokens, vocab_size);
    double *by_column = judge_doubles(n), *by_batch = judge_doubles(n);
    double *unscaled = judge_doubles(n), *target_only = judge_doubles(n);
    double *allowed = judge_doubles(n);
    uint32_t *first_target = judge_ids(n_tokens);
    for (size_t v = 0; v < vocab_size; v++)
        softmax(by_column + v, logits + v, n_tokens, vocab_size);
    softmax(by_batch, logits, n, 1);
    for (size_t i = 0; i < n; i++) {
        unscaled[i] = exp(logits[i]);
        allowed[i] = each * (p[i] * (double)(vocab_size + 8) * 0x1p-23 + 0x1p-21);
    }
    const double *right = slopes(p, targets, n_tokens, vocab_size, each, each);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t at = t * vocab_size + targets[t];
        target_only[at] = right[at];
        first_target[t] = targets[0];
    }
#define SLOPES(p, factor, weight) slopes(p, targets, n_tokens, vocab_size, factor, weight)
    const struct mistake mistakes[] = {
        {"This is not divided by n_tokens: the loss is a mean.", SLOPES(p, 1, 1)},
        {"The 1 of the target is not subtracted: p - [v == target].", SLOPES(p, each, 0)},
        {"The 1 of the target is not subtracted, and the mean is missing.",
         SLOPES(p, 1, 0)},
        {"The sign is turned round: p - [v == target].", SLOPES(p, -each, -each)},
        {"At the target subtract 1 / n_tokens: its 1 is divided too.",
         SLOPES(p, each, 1)},
        {"At the target 1 / n_tokens is subtracted from a p that is not divided by "
         "n_tokens.",
         SLOPES(p, 1, each)},
        {"This is divided by n_tokens twice.", SLOPES(p, each * each, each * each)},
        {"This is divided by vocab_size: the mean is over the n_tokens rows.",
         SLOPES(p, 1 / (double)vocab_size, 1 / (double)vocab_size)},
        {"The softmax runs down the columns: each row has its own sum.",
         SLOPES(by_column, each, each)},
        {"The softmax runs over the whole batch: each row has its own sum.",
         SLOPES(by_batch, each, each)},
        {"The exponentials are not divided by their sum.", SLOPES(unscaled, each, each)},
        {"Only the target's slope is there: the other words have p / n_tokens.",
         target_only},
        {"Every row has the target of row 0: row t has targets[t].",
         slopes(p, first_target, n_tokens, vocab_size, each, each)},
        {NULL, NULL},
    };
#undef SLOPES
    expect_floats("dlogits", got, right, allowed, n_tokens, vocab_size, mistakes);
}

static void try_softmax(const float *values, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    const float *logits = floats_in("logits", values, n);
    const uint32_t *targets = ids_in("targets", ids, n_tokens);
    float *dlogits = floats_out("dlogits", n);
    judge_case("targets %s, n_tokens %zu, vocab_size %zu", list_ids(ids, n_tokens),
               n_tokens, vocab_size);
    double loss = (double)CALL(softmax_cross_entropy, dlogits, logits, targets, n_tokens,
                               vocab_size);
    expect_loss(loss, doubles_of(values, n), ids, n_tokens, vocab_size);
    expect_dlogits(dlogits, doubles_of(values, n), ids, n_tokens, vocab_size);
}

// PyTorch 1.13, float64: mean 2.03510411; the function above gives the same.
static const float two_rows[] = {2, 1, 0.1f, 0.5f, 2.5f, -1};
static const uint32_t two_targets[] = {0, 2};

// Inputs of a public course's test of cross-entropy; PyTorch 1.13 in float64 gives 1.6094728,
// and 272.9625 for a thousand times the logits.
static const float eight_rows[] = {
    .1088f, .1060f, .6683f, .5131f, .0645f, .4538f, .6852f, .2520f, .3792f, .2675f,
    .4578f, .3357f, .6384f, .0481f, .5612f, .9639f, .8864f, .1585f, .3038f, .0350f,
    .3356f, .9013f, .7052f, .8294f, .8334f, .6333f, .4434f, .1428f, .5739f, .3810f,
    .9476f, .5917f, .7037f, .2987f, .6208f, .8541f, .1803f, .2054f, .4775f, .8199f,
};
static const uint32_t eight_targets[] = {1, 0, 2, 2, 4, 1, 4, 0};

Test(softmax_cross_entropy, reference)
{
    const double torch[] = {-0.170499431, 0.121216485, 0.0492829452,
                            0.0580572673, 0.428988405, -0.487045673};
    const double *logits = doubles_of(two_rows, 6);
    const double *right =
        slopes(probabilities(logits, 2, 3), two_targets, 2, 3, 0.5, 0.5);
    cr_assert(fabs(mean_loss(logits, two_targets, 2, 3) - 2.03510411) < 1e-7);
    for (size_t i = 0; i < 6; i++)
        cr_assert(fabs(right[i] - torch[i]) < 1e-8);
    try_softmax(two_rows, two_targets, 2, 3);
    try_softmax(eight_rows, eight_targets, 8, 5);
    judge_passed();
}

static void fill_logits(float *logits, size_t n, double size)
{
    fill_normal(logits, n);
    for (size_t i = 0; i < n; i++)
        logits[i] *= (float)size;
}

Test(softmax_cross_entropy, random_logits)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(2, 12);
        size_t vocab_size = draw == 1 ? 1 : random_between(13, 60);
        float *logits = judge_floats(n_tokens * vocab_size);
        uint32_t *targets = judge_ids(n_tokens);
        fill_logits(logits, n_tokens * vocab_size, 1.5);
        fill_ids(targets, n_tokens, vocab_size);
        try_softmax(logits, targets, n_tokens, vocab_size);
    }
    judge_passed();
}

// The slope by nudging each logit: what dlogits means, by another way than the formula.
Test(softmax_cross_entropy, matches_slopes)
{
    const size_t n_tokens = 3, vocab_size = 5, n = 15;
    float values[15];
    uint32_t ids[3];
    fill_logits(values, n, 1);
    fill_ids(ids, n_tokens, vocab_size);
    const float *logits = floats_in("logits", values, n);
    const uint32_t *targets = ids_in("targets", ids, n_tokens);
    float *dlogits = floats_out("dlogits", n);
    judge_case(
        "targets %s, n_tokens 3, vocab_size 5, beside slopes by nudging each logit",
        list_ids(ids, n_tokens));
    double loss = (double)CALL(softmax_cross_entropy, dlogits, logits, targets, n_tokens,
                               vocab_size);
    double *nudged = doubles_of(values, n), *slope = judge_doubles(n);
    for (size_t i = 0; i < n; i++) {
        double here = nudged[i];
        nudged[i] = here + 1e-4;
        slope[i] = mean_loss(nudged, ids, n_tokens, vocab_size);
        nudged[i] = here - 1e-4;
        slope[i] = (slope[i] - mean_loss(nudged, ids, n_tokens, vocab_size)) / 2e-4;
        nudged[i] = here;
    }
    expect_loss(loss, nudged, ids, n_tokens, vocab_size);
    expect_floats("dlogits", dlogits, slope, filled(n, 2e-6), n_tokens, vocab_size, NULL);
    judge_passed();
}

static void try_large(const float *values, uint32_t target, size_t vocab_size)
{
    const float *logits = floats_in("logits", values, vocab_size);
    const uint32_t *targets = ids_in("targets", &target, 1);
    float *dlogits = floats_out("dlogits", vocab_size);
    judge_case(
        "one row of logits, the first of them %g and %g, target %u, vocab_size %zu",
        (double)values[0], (double)values[1], (unsigned)target, vocab_size);
    double loss =
        (double)CALL(softmax_cross_entropy, dlogits, logits, targets, 1, vocab_size);
    if (isnan(loss) || (isinf(loss) && isnan((double)dlogits[0])))
        judge_fail(WRONG,
                   "the loss is %g: e^1000 is infinite, and e^-1000 is 0. Take the "
                   "largest logit of the row away before the exponential.",
                   loss);
    if (isinf(loss))
        judge_fail(WRONG,
                   "the loss is infinite: the logarithm of a probability that was "
                   "rounded to 0. Use largest - logit of the target + ln of the sum.");
    expect_loss(loss, doubles_of(values, vocab_size), &target, 1, vocab_size);
    expect_dlogits(dlogits, doubles_of(values, vocab_size), &target, 1, vocab_size);
}

Test(softmax_cross_entropy, no_overflow)
{
    const float large[] = {1000, 1001, 1002}, small[] = {-1000, -1002, -999.5f};
    const float far[] = {0, 200}, with_a_zero[] = {0, 2, 1001, 3};
    float *equal = judge_floats(50257), thousand[40];
    try_softmax(two_rows, two_targets, 2, 3);
    try_large(large, 0, 3); // PyTorch: 2.40760596
    try_large(small, 1, 3);
    try_large(far, 0, 2);
    try_large(with_a_zero, 1, 4);
    try_large(equal, 50000, 50257); // ln 50257 = 10.8249051
    for (size_t i = 0; i < 40; i++)
        thousand[i] = 1000 * eight_rows[i];
    try_softmax(thousand, eight_targets, 8, 5);
    judge_passed();
}

Test(softmax_cross_entropy, in_place)
{
    float *both = floats_inout("logits (and dlogits, the same array)", eight_rows, 40);
    const uint32_t *targets = ids_in("targets", eight_targets, 8);
    judge_case("logits and dlogits the same array, n_tokens 8, vocab_size 5");
    judge_remark("The two may be the same array: read what you need of a row before you "
                 "write over it.");
    double loss = (double)CALL(softmax_cross_entropy, both, both, targets, 8, 5);
    expect_loss(loss, doubles_of(eight_rows, 40), eight_targets, 8, 5);
    expect_dlogits(both, doubles_of(eight_rows, 40), eight_targets, 8, 5);
    judge_passed();
}

// A row more than asked for, so that a target that is one too large is seen as accepted.
static void refuse_softmax(const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                           const char *why)
{
    const float *logits = floats_in("logits", eight_rows, 40);
    const uint32_t *targets = ids_in("targets", ids, 3);
    float *dlogits = floats_out("dlogits", 40);
    judge_case("targets %s, n_tokens %zu, vocab_size %zu", list_ids(ids, n_tokens),
               n_tokens, vocab_size);
    double loss = (double)CALL(softmax_cross_entropy, dlogits, logits, targets, n_tokens,
                               vocab_size);
    expect_nan("softmax_cross_entropy", loss, dlogits, "dlogits", why);
}

Test(softmax_cross_entropy, refuses_bad_input)
{
    const uint32_t good[] = {1, 3, 0}, first[] = {5, 1, 2}, last[] = {4, 0, 5};
    const uint32_t huge[] = {0, UINT32_MAX, 1};
    try_softmax(eight_rows, good, 3, 5);
    refuse_softmax(first, 3, 5,
                   "targets[0] is 5, and the largest id is vocab_size - 1 = 4");
    refuse_softmax(last, 3, 5,
                   "the last target is 5, and the largest id is vocab_size - 1 = 4");
    refuse_softmax(huge, 3, 5,
                   "targets[1] is 4294967295, which is not below vocab_size 5");
    refuse_softmax(good, 0, 5, "n_tokens is 0, and the mean of no rows is no number");
    refuse_softmax(good, 3, 0, "vocab_size is 0");
    judge_passed();
}

Test(softmax_cross_entropy, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_softmax(eight_rows, eight_targets, 8, 5);
    }
    judge_passed();
}

// ---- 3.2 embedding_backward ----------------------------------------------------------

// A gradient and the ways to get it wrong: each adds to `start`, and says how.
enum backward_mistake {
    NOTHING_WRONG,
    CLEARED,
    OVERWRITES,
    FIRST_ONLY,
    DIVIDED_BY_COUNT,
    DIVIDED_BY_TOKENS,
    SUBTRACTS,
    ROW_BEFORE_ID,
    ROW_T,
    DOUT_OF_ID,
    STRIDE_V,
    ON_ITS_SIDE
};

struct gradient {
    const float *start, *dout;
    const uint32_t *ids;
    size_t n_tokens, vocab_size, d_model;
};

static size_t count_id(const uint32_t *ids, size_t n, uint32_t id)
{
    size_t count = 0;
    for (size_t t = 0; t < n; t++)
        count += ids[t] == id;
    return count;
}

static double *gradient(const struct gradient *g, enum backward_mistake mistake)
{
    const size_t d = g->d_model, n = g->vocab_size * d;
    double *out = mistake == CLEARED ? judge_doubles(n) : doubles_of(g->start, n);
    for (size_t t = 0; t < g->n_tokens; t++)
        for (size_t i = 0; i < d; i++) {
            const size_t id = g->ids[t], row = mistake == ROW_T ? t : id;
            size_t at = row * d + i, from = mistake == DOUT_OF_ID ? id : t;
            if (mistake == ROW_BEFORE_ID)
                at = at < d ? n : at - d;
            if (mistake == STRIDE_V)
                at = id * g->vocab_size + i;
            if (mistake == ON_ITS_SIDE)
                at = i * g->vocab_size + id;
            if (at >= n || from >= g->n_tokens)
                continue;
            double value = (double)g->dout[from * d + i];
            if (mistake == DIVIDED_BY_COUNT)
                value /= (double)count_id(g->ids, g->n_tokens, g->ids[t]);
            if (mistake == DIVIDED_BY_TOKENS)
                value /= (double)g->n_tokens;
            if (mistake == FIRST_ONLY && count_id(g->ids, t, g->ids[t]) > 0)
                value = 0;
            out[at] = mistake == OVERWRITES  ? value
                      : mistake == SUBTRACTS ? out[at] - value
                                             : out[at] + value;
        }
    return out;
}

static void expect_gradient(const float *dwte, const struct gradient *g)
{
    const size_t n = g->vocab_size * g->d_model;
    double *allowed = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        allowed[i] =
            fabs((double)g->start[i]) * (double)(g->n_tokens + 1) * 0x1p-23 + 1e-30;
    for (size_t t = 0; t < g->n_tokens; t++)
        for (size_t i = 0; i < g->d_model; i++)
            allowed[g->ids[t] * g->d_model + i] +=
                fabs((double)g->dout[t * g->d_model + i]) * (double)(g->n_tokens + 1) *
                0x1p-23;
    const struct mistake mistakes[] = {
        {"A word that occurs twice keeps only its last row: = where += belongs.",
         gradient(g, OVERWRITES)},
        {"dwte is cleared first: a backward function adds, and its caller clears.",
         gradient(g, CLEARED)},
        {"Only the first occurrence of a word is added.", gradient(g, FIRST_ONLY)},
        {"Rows are divided by the number of occurrences: they add up.",
         gradient(g, DIVIDED_BY_COUNT)},
        {"Rows are divided by n_tokens: dout is divided already.",
         gradient(g, DIVIDED_BY_TOKENS)},
        {"This subtracts: a gradient is added up, the step comes later.",
         gradient(g, SUBTRACTS)},
        {"This is row id - 1: ids count from 0.", gradient(g, ROW_BEFORE_ID)},
        {"Position t is added to row t of dwte: it belongs to row ids[t].",
         gradient(g, ROW_T)},
        {"This adds row ids[t] of dout: it has a row for each position, row t.",
         gradient(g, DOUT_OF_ID)},
        {"The rows of dwte are d_model apart, not vocab_size.", gradient(g, STRIDE_V)},
        {"dwte is taken as [d_model][vocab_size]: it is [vocab_size][d_model].",
         gradient(g, ON_ITS_SIDE)},
        {NULL, NULL},
    };
    expect_floats("dwte", dwte, gradient(g, NOTHING_WRONG), allowed, g->vocab_size,
                  g->d_model, mistakes);
}

static void try_backward(const float *start, const float *slopes_in,
                         const uint32_t *values, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    const struct gradient g = {start, slopes_in, values, n_tokens, vocab_size, d_model};
    const float *dout = floats_in("dout", slopes_in, n_tokens * d_model);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *dwte = floats_inout("dwte", start, vocab_size * d_model);
    judge_case("ids %s, n_tokens %zu, vocab_size %zu, d_model %zu",
               list_ids(values, n_tokens), n_tokens, vocab_size, d_model);
    expect_accepted(
        CALL(embedding_backward, dwte, dout, ids, n_tokens, vocab_size, d_model), dwte);
    expect_gradient(dwte, &g);
}

// PyTorch 1.13: ids 2 4 2 2, row t of dout (t + 1) (0.1, -0.2, 0.3); row 2 of the gradient is
// 0.8 -1.6 2.4 and row 4 is 0.2 -0.4 0.6.
static const float four_slopes[] = {0.1f, -0.2f, 0.3f, 0.2f, -0.4f, 0.6f,
                                    0.3f, -0.6f, 0.9f, 0.4f, -0.8f, 1.2f};
static const uint32_t four_ids[] = {2, 4, 2, 2};

Test(embedding_backward, reference_gradient)
{
    const float zeros[15] = {0};
    try_backward(zeros, four_slopes, four_ids, 4, 5, 3);
    judge_passed();
}

// GPT-2's first layer adds a row for the token and a row for the position, so both tables
// get the same dout. PyTorch 1.13: dwte .33 .328 .43 .427 .2 .199, dwpe .3 .298 .32 .318
// .34 .338 0 0.
Test(embedding_backward, gpt2_input)
{
    const uint32_t tokens[] = {1, 0, 1, 2, 1, 0}, positions[] = {0, 1, 2, 0, 1, 2};
    const float zeros[8] = {0};
    float dout[12];
    for (size_t b = 0; b < 2; b++)
        for (size_t t = 0; t < 3; t++)
            for (size_t i = 0; i < 2; i++)
                dout[(b * 3 + t) * 2 + i] =
                    (float)(0.1 * (double)(b + 1) + 0.01 * (double)t - 0.001 * (double)i);
    try_backward(zeros, dout, tokens, 6, 3, 2);
    try_backward(zeros, dout, positions, 6, 4, 2);
    judge_passed();
}

Test(embedding_backward, adds_up)
{
    float start[7 * 2], slopes_in[6 * 2];
    const uint32_t values[] = {3, 6, 3, 0, 6, 3};
    fill_normal(start, 14);
    fill_normal(slopes_in, 12);
    try_backward(start, slopes_in, values, 6, 7, 2);

    // twice in a row, from zero: twice the gradient
    const float zeros[14] = {0};
    const float *dout = floats_in("dout", slopes_in, 12);
    const uint32_t *ids = ids_in("ids", values, 6);
    float *dwte = floats_inout("dwte", zeros, 14);
    judge_case("called twice with the same dout: the gradient adds up");
    expect_accepted(CALL(embedding_backward, dwte, dout, ids, 6, 7, 2), dwte);
    struct gradient g = {zeros, slopes_in, values, 6, 7, 2};
    expect_gradient(dwte, &g);
    CALL(embedding_backward, dwte, dout, ids, 6, 7, 2);
    const double *once = gradient(&g, NOTHING_WRONG);
    float *half = judge_floats(14);
    for (size_t i = 0; i < 14; i++)
        half[i] = (float)once[i];
    g.start = half;
    expect_gradient(dwte, &g);
    judge_passed();
}

Test(embedding_backward, random_tables)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t vocab_size = draw == 0 ? 1 : random_between(5, 40);
        size_t d_model = draw == 1 ? 1 : random_between(2, 30);
        size_t n_tokens = random_between(4, 16);
        d_model += d_model == vocab_size;
        float *start = judge_floats(vocab_size * d_model);
        float *slopes_in = judge_floats(n_tokens * d_model);
        uint32_t *ids = judge_ids(n_tokens);
        fill_normal(start, vocab_size * d_model);
        fill_normal(slopes_in, n_tokens * d_model);
        fill_ids(ids, n_tokens, vocab_size);
        try_backward(start, slopes_in, ids, n_tokens, vocab_size, d_model);
    }
    judge_passed();
}

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// five rows of two; row 1 and row 3 hold what a sum with zero would change
static void odd_rows(float *table)
{
    const float rows[10] = {
        1, 2, -0.0f, from_bits(0x7fc12345u), 3, 4, -0.0f, from_bits(1), 5, 6};
    memcpy(table, rows, sizeof rows);
}

Test(embedding_backward, leaves_other_rows)
{
    const float slopes_in[6] = {1, 2, INFINITY, 4, 5, 6};
    const uint32_t values[] = {4, 0, 4};
    float start[10], wanted[10];
    odd_rows(start);
    odd_rows(wanted);
    wanted[8] = 5 + 1 + 5;
    wanted[9] = 6 + 2 + 6;
    wanted[0] = INFINITY;
    wanted[1] = 2 + 4;
    const float *dout = floats_in("dout", slopes_in, 6);
    const uint32_t *ids = ids_in("ids", values, 3);
    float *dwte = floats_inout("dwte", start, 10);
    judge_case(
        "ids 4 0 4, vocab_size 5, d_model 2; rows 1, 2 and 3 are in no position and must "
        "stay as they were, bit for bit (some hold NaN or -0)");
    expect_accepted(CALL(embedding_backward, dwte, dout, ids, 3, 5, 2), dwte);
    expect_bits("dwte", dwte, wanted, 5, 2);
    judge_passed();
}

// A row stands behind the last one, so that an id that is one too large is seen as
// accepted, not as a crash.
static void refuse_backward(const uint32_t *values, size_t n_tokens, const char *why)
{
    const float start[7 * 3] = {0};
    const float *dout = floats_in("dout", four_slopes, 12);
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    float *dwte = floats_inout("dwte", start, 7 * 3);
    judge_case("ids %s, n_tokens %zu, vocab_size 6, d_model 3",
               list_ids(values, n_tokens), n_tokens);
    expect_refused(CALL(embedding_backward, dwte, dout, ids, n_tokens, 6, 3), dwte, why);
}

Test(embedding_backward, refuses_bad_ids)
{
    const float zeros[18] = {0};
    const uint32_t good[] = {5, 0, 5, 2}, first[] = {6, 1, 2, 0}, middle[] = {1, 6, 2, 0};
    const uint32_t last[] = {4, 0, 1, 6}, huge[] = {3, UINT32_MAX, 0, 1};
    try_backward(zeros, four_slopes, good, 4, 6, 3);
    refuse_backward(first, 4, "ids[0] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_backward(middle, 4, "ids[1] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_backward(last, 4,
                    "the last id is 6, and the largest id is vocab_size - 1 = 5");
    refuse_backward(huge, 4, "ids[1] is 4294967295, which is not below vocab_size 6");
    judge_passed();
}

Test(embedding_backward, accepts_no_ids)
{
    const float some[6] = {1, 2, 3, 4, 5, 6};
    const float *dout = floats_in("dout", some, 0);
    const uint32_t *ids = ids_in("ids", four_ids, 0);
    try_backward(some, four_slopes, four_ids + 3, 1, 3, 2);
    float *dwte = floats_inout("dwte", some, 6);
    judge_case("no ids (n_tokens 0), vocab_size 3, d_model 2");
    if (!CALL(embedding_backward, dwte, dout, ids, 0, 3, 2))
        judge_fail(WRONG,
                   "embedding_backward must return true for no ids: nothing is wrong, "
                   "and nothing is to do.");
    if (!is_untouched(dwte))
        judge_fail(WRONG, "embedding_backward changed dwte although there are no ids.");
    judge_passed();
}

Test(embedding_backward, stays_in_bounds)
{
    float start[9 * 4], slopes_in[5 * 4];
    const uint32_t ids[] = {8, 0, 8, 3, 5};
    fill_normal(start, 36);
    fill_normal(slopes_in, 20);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_backward(start, slopes_in, ids, 5, 9, 4);
    }
    judge_passed();
}

// ---- 3.3 coalesce_rows ---------------------------------------------------------------

static int compare_ids(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// the different ids in the order of their first appearance, or ascending
static size_t different_ids(uint32_t *rows, const uint32_t *ids, size_t n, bool sorted)
{
    size_t n_rows = 0;
    for (size_t t = 0; t < n; t++)
        if (count_id(ids, t, ids[t]) == 0)
            rows[n_rows++] = ids[t];
    if (sorted)
        qsort(rows, n_rows, sizeof *rows, compare_ids);
    return n_rows;
}

enum coalesce_mistake { SUMS, LAST_ROW, FIRST_ROW, MEANS };

static double *entries(const uint32_t *rows, size_t n_rows, const uint32_t *ids,
                       const float *dout, size_t n, size_t d,
                       enum coalesce_mistake mistake)
{
    double *out = judge_doubles(n_rows * d);
    for (size_t k = 0; k < n_rows; k++)
        for (size_t t = 0; t < n; t++)
            for (size_t i = 0; i < d && ids[t] == rows[k]; i++) {
                double *sum = &out[k * d + i], value = (double)dout[t * d + i];
                if (mistake == MEANS)
                    value /= (double)count_id(ids, n, ids[t]);
                if (mistake == LAST_ROW)
                    *sum = value;
                else if (mistake != FIRST_ROW || count_id(ids, t, ids[t]) == 0)
                    *sum += value;
            }
    return out;
}

static void expect_count(size_t got, size_t wanted, const uint32_t *ids, size_t n)
{
    uint32_t largest = 0;
    for (size_t t = 0; t < n; t++)
        largest = ids[t] > largest ? ids[t] : largest;
    const double positions = (double)n, table = (double)largest + 1,
                 repeats = (double)(n - wanted);
    const struct mistake mistakes[] = {
        {"One entry for each position: entries of the same row grow together.",
         &positions},
        {"This is the largest id + 1: count the different ids.", &table},
        {"This is the number of repetitions: count the different ids.", &repeats},
        {NULL, NULL},
    };
    expect_number("*n_rows", (double)got, (double)wanted, 0, mistakes);
}

static void expect_rows(const uint32_t *got, const uint32_t *wanted, size_t n_rows,
                        const uint32_t *ids, size_t n)
{
    uint32_t *seen = judge_ids(n);
    double *appearance = judge_doubles(n_rows), *descending = judge_doubles(n_rows);
    double *raw = judge_doubles(n_rows), *numbers = judge_doubles(n_rows);
    different_ids(seen, ids, n, false);
    for (size_t k = 0; k < n_rows; k++) {
        appearance[k] = seen[k];
        descending[k] = wanted[n_rows - 1 - k];
        raw[k] = ids[k];
        numbers[k] = (double)k;
    }
    const struct mistake mistakes[] = {
        {"rows is not sorted: this is the order of first appearance.", appearance},
        {"rows is sorted the wrong way round: it ascends.", descending},
        {"rows holds the ids as they came: sort them, each once.", raw},
        {"rows holds the numbers of the entries: it holds ids.", numbers},
        {NULL, NULL},
    };
    expect_ids("rows", got, wanted, n_rows, mistakes);
}

static void expect_entries(const float *got, const uint32_t *rows, size_t n_rows,
                           const uint32_t *ids, const float *dout, size_t n, size_t d)
{
    uint32_t *seen = judge_ids(n);
    double *allowed = judge_doubles(n_rows * d),
           *of_positions = judge_doubles(n_rows * d);
    different_ids(seen, ids, n, false);
    for (size_t k = 0; k < n_rows; k++)
        for (size_t i = 0; i < d; i++) {
            of_positions[k * d + i] = (double)dout[k * d + i];
            for (size_t t = 0; t < n; t++)
                if (ids[t] == rows[k])
                    allowed[k * d + i] +=
                        fabs((double)dout[t * d + i]) * (double)n * 0x1p-23;
        }
#define ENTRIES(rows, mistake) entries(rows, n_rows, ids, dout, n, d, mistake)
    const struct mistake mistakes[] = {
        {"A row that occurs twice keeps only its last dout: = where += belongs.",
         ENTRIES(rows, LAST_ROW)},
        {"Only the first dout of each row is there: later ones are added.",
         ENTRIES(rows, FIRST_ROW)},
        {"This is the mean of each row's dout: it is their sum.", ENTRIES(rows, MEANS)},
        {"rows is sorted, but drows is in the order of first appearance: sort them "
         "together.",
         ENTRIES(seen, SUMS)},
        {"Entry k holds dout[k]: it belongs to row rows[k].", of_positions},
        {NULL, NULL},
    };
    expect_floats("drows", got, ENTRIES(rows, SUMS), allowed, n_rows, d, mistakes);
#undef ENTRIES
}

enum { NO_COUNT = 987654 };

static void try_coalesce(const uint32_t *values, const float *slopes_in, size_t n_tokens,
                         size_t d_model)
{
    const size_t no_count = NO_COUNT;
    const uint32_t *ids = ids_in("ids", values, n_tokens);
    const float *dout = floats_in("dout", slopes_in, n_tokens * d_model);
    uint32_t *rows = ids_out("rows", n_tokens), *wanted = judge_ids(n_tokens);
    float *drows = floats_out("drows", n_tokens * d_model);
    size_t *n_rows = bytes_inout("n_rows", &no_count, sizeof no_count);
    judge_case("ids %s, n_tokens %zu, d_model %zu", list_ids(values, n_tokens), n_tokens,
               d_model);
    expect_accepted(
        CALL(coalesce_rows, rows, drows, n_rows, ids, dout, n_tokens, d_model), drows);
    const size_t n_wanted = different_ids(wanted, values, n_tokens, true);
    if (*n_rows == NO_COUNT)
        judge_fail(WRONG, "*n_rows was never written; wanted %zu.", n_wanted);
    expect_count(*n_rows, n_wanted, values, n_tokens);
    expect_rows(rows, wanted, n_wanted, values, n_tokens);
    expect_entries(drows, wanted, n_wanted, values, slopes_in, n_tokens, d_model);
}

// PyTorch 1.13, sparse=True: before coalesce 2 4 2 2, after it 2 4, with the sums of C1.
Test(coalesce_rows, reference_rows)
{
    const uint32_t backwards[] = {5, 3, 3, 0};
    try_coalesce(four_ids, four_slopes, 4, 3);
    try_coalesce(backwards, four_slopes, 4, 3);
    judge_passed();
}

Test(coalesce_rows, random_batches)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(8, 40);
        size_t d_model = draw == 1 ? 1 : random_between(2, 7);
        size_t vocab_size = draw == 2 ? 1 : random_between(9, 60);
        uint32_t *ids = judge_ids(n_tokens);
        float *slopes_in = judge_floats(n_tokens * d_model);
        fill_ids(ids, n_tokens, vocab_size);
        fill_normal(slopes_in, n_tokens * d_model);
        try_coalesce(ids, slopes_in, n_tokens, d_model);
    }
    judge_passed();
}

Test(coalesce_rows, distant_ids)
{
    const uint32_t ids[] = {3000000000u, 5, 0, 4294967295u, 2147483648u, 5, 3000000000u};
    float slopes_in[14];
    fill_normal(slopes_in, 14);
    judge_remark(
        "Two ids can be more than an int apart: compare them with < and >, and do not "
        "keep an array as long as the largest id.");
    try_coalesce(ids, slopes_in, 7, 2);
    judge_passed();
}

Test(coalesce_rows, accepts_no_ids)
{
    const size_t no_count = NO_COUNT;
    try_coalesce(four_ids, four_slopes, 4, 3);
    const uint32_t *ids = ids_in("ids", four_ids, 0);
    const float *dout = floats_in("dout", four_slopes, 0);
    uint32_t *rows = ids_out("rows", 1);
    float *drows = floats_out("drows", 3);
    size_t *n_rows = bytes_inout("n_rows", &no_count, sizeof no_count);
    judge_case("no ids (n_tokens 0), d_model 3");
    if (!CALL(coalesce_rows, rows, drows, n_rows, ids, dout, 0, 3))
        judge_fail(WRONG, "coalesce_rows must return true for no ids: nothing is wrong.");
    if (*n_rows != 0)
        judge_fail(WRONG, "*n_rows must be 0 for no ids; got %zu.", *n_rows);
    judge_passed();
}

Test(coalesce_rows, refuses_no_columns)
{
    const size_t no_count = NO_COUNT;
    try_coalesce(four_ids, four_slopes, 4, 3);
    const uint32_t *ids = ids_in("ids", four_ids, 4);
    const float *dout = floats_in("dout", four_slopes, 12);
    uint32_t *rows = ids_out("rows", 4);
    float *drows = floats_out("drows", 12);
    size_t *n_rows = bytes_inout("n_rows", &no_count, sizeof no_count);
    judge_case("ids 2 4 2 2, d_model 0");
    expect_refused(CALL(coalesce_rows, rows, drows, n_rows, ids, dout, 4, 0), drows,
                   "d_model is 0");
    expect_refused(false, rows, "d_model is 0");
    expect_refused(false, n_rows, "d_model is 0");
    judge_passed();
}

Test(coalesce_rows, stays_in_bounds)
{
    const uint32_t all_different[] = {7, 1, 9, 4, 2};
    float slopes_in[20];
    fill_normal(slopes_in, 20);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_coalesce(four_ids, four_slopes, 4, 3);
        try_coalesce(all_different, slopes_in, 5, 4);
    }
    judge_passed();
}

// ---- 3.4 sgd_update_rows -------------------------------------------------------------

enum update_mistake {
    DOWNHILL,
    UPHILL,
    NO_RATE,
    RATE_TWICE,
    REPLACES,
    ROW_K,
    ROW_BEFORE,
    GRADIENT_OF_ROW,
    TWICE,
    DIVIDES,
    FIRST_COLUMN
};

struct update {
    const float *start, *drows;
    const uint32_t *rows;
    double rate;
    size_t n_rows, vocab_size, d_model;
};

static double *updated(const struct update *u, enum update_mistake mistake)
{
    const size_t d = u->d_model, n = u->vocab_size * d;
    double *out = doubles_of(u->start, n);
    for (size_t k = 0; k < u->n_rows; k++)
        for (size_t i = 0; i < (mistake == FIRST_COLUMN ? 1 : d); i++) {
            size_t at = (mistake == ROW_K ? k : u->rows[k]) * d + i;
            size_t from = mistake == GRADIENT_OF_ROW ? u->rows[k] : k;
            if (mistake == ROW_BEFORE)
                at = at < d ? n : at - d;
            if (at >= n || from >= u->n_rows) {
                if (at < n)
                    out[at] = ANYTHING;
                continue;
            }
            double slope = (double)u->drows[from * d + i], step = u->rate * slope;
            step = mistake == UPHILL       ? -step
                   : mistake == NO_RATE    ? slope
                   : mistake == RATE_TWICE ? step * u->rate
                   : mistake == TWICE      ? 2 * step
                   : mistake == DIVIDES    ? slope / u->rate
                                           : step;
            out[at] = mistake == REPLACES ? -step : out[at] - step;
        }
    return out;
}

static void expect_updated(const float *wte, const struct update *u)
{
    const size_t n = u->vocab_size * u->d_model;
    double *allowed = judge_doubles(n);
    for (size_t k = 0; k < u->n_rows; k++)
        for (size_t i = 0; i < u->d_model; i++) {
            size_t at = u->rows[k] * u->d_model + i;
            allowed[at] = (fabs((double)u->start[at]) +
                           2 * fabs(u->rate * (double)u->drows[k * u->d_model + i])) *
                          0x1p-22;
        }
    const struct mistake mistakes[] = {
        {"This goes uphill: the step is subtracted.", updated(u, UPHILL)},
        {"The learning rate is missing.", updated(u, NO_RATE)},
        {"The learning rate is there twice.", updated(u, RATE_TWICE)},
        {"The row is replaced by the step: -= where = stands.", updated(u, REPLACES)},
        {"Entry k moves row k of the table: it belongs to row rows[k].",
         updated(u, ROW_K)},
        {"This moves row rows[k] - 1: rows count from 0.", updated(u, ROW_BEFORE)},
        {"This takes row rows[k] of drows: drows has an entry for each k, row k.",
         updated(u, GRADIENT_OF_ROW)},
        {"The step is taken twice.", updated(u, TWICE)},
        {"This divides by the learning rate.", updated(u, DIVIDES)},
        {"Only the first number of each row is moved.", updated(u, FIRST_COLUMN)},
        {NULL, NULL},
    };
    expect_floats("wte", wte, updated(u, DOWNHILL), allowed, u->vocab_size, u->d_model,
                  mistakes);
}

static void try_update(const float *start, const uint32_t *values, const float *slopes_in,
                       float rate, size_t n_rows, size_t vocab_size, size_t d_model)
{
    const struct update u = {start,  slopes_in,  values, (double)rate,
                             n_rows, vocab_size, d_model};
    const uint32_t *rows = ids_in("rows", values, n_rows);
    const float *drows = floats_in("drows", slopes_in, n_rows * d_model);
    float *wte = floats_inout("wte", start, vocab_size * d_model);
    judge_case("rows %s, learning_rate %g, n_rows %zu, vocab_size %zu, d_model %zu",
               list_ids(values, n_rows), (double)rate, n_rows, vocab_size, d_model);
    expect_accepted(
        CALL(sgd_update_rows, wte, rows, drows, rate, n_rows, vocab_size, d_model), wte);
    expect_updated(wte, &u);
}

Test(sgd_update_rows, worked_example)
{
    const float ones[] = {1, 1, 1, 1, 1, 1, 1}, slopes_in[] = {10, 101};
    const uint32_t rows[] = {3, 5};
    try_update(ones, rows, slopes_in, 0.5f, 2, 7, 1);
    judge_passed();
}

// n_rows different rows, ascending
static void fill_rows(uint32_t *rows, size_t n_rows, size_t vocab_size)
{
    size_t k = 0;
    for (size_t v = 0; v < vocab_size && k < n_rows; v++)
        if (random_between(0, vocab_size - v - 1) < n_rows - k)
            rows[k++] = (uint32_t)v;
}

Test(sgd_update_rows, random_tables)
{
    for (int draw = 0; draw < 8; draw++) {
        size_t vocab_size = draw == 0 ? 1 : random_between(12, 40);
        size_t d_model = draw == 1 ? 1 : random_between(2, 11);
        size_t n_rows = draw == 0 ? 1 : random_between(2, 9);
        float *start = judge_floats(vocab_size * d_model);
        float *slopes_in = judge_floats(n_rows * d_model);
        uint32_t *rows = judge_ids(n_rows);
        fill_normal(start, vocab_size * d_model);
        fill_normal(slopes_in, n_rows * d_model);
        fill_rows(rows, n_rows, vocab_size);
        if (draw == 2)
            rows[n_rows - 1] = (uint32_t)vocab_size - 1;
        try_update(start, rows, slopes_in, draw == 3 ? 2.0f : 0.375f, n_rows, vocab_size,
                   d_model);
    }
    judge_passed();
}

Test(sgd_update_rows, leaves_other_rows)
{
    const float slopes_in[4] = {2, 4, -2, 8};
    const uint32_t values[] = {0, 4};
    float start[10], wanted[10];
    odd_rows(start);
    odd_rows(wanted);
    wanted[0] = 1 - 0.5f * 2;
    wanted[1] = 2 - 0.5f * 4;
    wanted[8] = 5 + 0.5f * 2;
    wanted[9] = 6 - 0.5f * 8;
    const uint32_t *rows = ids_in("rows", values, 2);
    const float *drows = floats_in("drows", slopes_in, 4);
    float *wte = floats_inout("wte", start, 10);
    judge_case(
        "rows 0 4, learning_rate 0.5, vocab_size 5, d_model 2; all other rows stay as "
        "they were, bit for bit (some hold NaN or -0)");
    expect_accepted(CALL(sgd_update_rows, wte, rows, drows, 0.5f, 2, 5, 2), wte);
    expect_bits("wte", wte, wanted, 5, 2);
    judge_passed();
}

// A row stands behind the last one, so that a row that is one too large is seen as accepted.
static void refuse_update(const uint32_t *values, size_t n_rows, const char *why)
{
    const float start[7 * 3] = {0};
    const uint32_t *rows = ids_in("rows", values, n_rows);
    const float *drows = floats_in("drows", four_slopes, n_rows * 3);
    float *wte = floats_inout("wte", start, 7 * 3);
    judge_case("rows %s, n_rows %zu, vocab_size 6, d_model 3", list_ids(values, n_rows),
               n_rows);
    expect_refused(CALL(sgd_update_rows, wte, rows, drows, 0.5f, n_rows, 6, 3), wte, why);
}

Test(sgd_update_rows, refuses_bad_rows)
{
    const float zeros[18] = {0};
    const uint32_t good[] = {1, 2, 5}, twice[] = {0, 2, 2, 5}, falling[] = {0, 4, 3, 5};
    const uint32_t descending[] = {3, 1}, too_large[] = {1, 2, 6},
                   huge[] = {1, UINT32_MAX};
    const uint32_t same_first[] = {1, 1}, only[] = {6};
    try_update(zeros, good, four_slopes, 0.5f, 3, 6, 3);
    refuse_update(twice, 4, "row 2 is there twice, so the list is not coalesced");
    refuse_update(same_first, 2, "row 1 is there twice, so the list is not coalesced");
    refuse_update(falling, 4, "row 3 follows row 4, and rows must ascend");
    refuse_update(descending, 2, "row 1 follows row 3, and rows must ascend");
    refuse_update(too_large, 3,
                  "the last row is 6, and the largest is vocab_size - 1 = 5");
    refuse_update(only, 1, "rows[0] is 6, and the largest is vocab_size - 1 = 5");
    refuse_update(huge, 2, "rows[1] is 4294967295, which is not below vocab_size 6");
    judge_passed();
}

Test(sgd_update_rows, accepts_no_rows)
{
    const float some[6] = {1, 2, 3, 4, 5, 6};
    try_update(some, four_ids + 3, four_slopes, 0.5f, 1, 3, 2);
    const uint32_t *rows = ids_in("rows", four_ids, 0);
    const float *drows = floats_in("drows", four_slopes, 0);
    float *wte = floats_inout("wte", some, 6);
    judge_case("no rows (n_rows 0), vocab_size 3, d_model 2");
    if (!CALL(sgd_update_rows, wte, rows, drows, 0.5f, 0, 3, 2))
        judge_fail(WRONG,
                   "sgd_update_rows must return true for no rows: nothing is wrong.");
    if (!is_untouched(wte))
        judge_fail(WRONG, "sgd_update_rows changed wte although there are no rows.");
    judge_passed();
}

Test(sgd_update_rows, stays_in_bounds)
{
    float start[9 * 4], slopes_in[3 * 4];
    const uint32_t rows[] = {0, 5, 8};
    fill_normal(start, 36);
    fill_normal(slopes_in, 12);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_update(start, rows, slopes_in, 0.25f, 3, 9, 4);
    }
    judge_passed();
}

// ---- 3.5 train_step ------------------------------------------------------------------

struct step {
    const float *wte, *lm_head;
    const uint32_t *inputs, *targets;
    double rate;
    size_t n_tokens, vocab_size, d_model;
};

struct tables {
    double loss, *wte, *lm_head;
};

enum step_mistake {
    RIGHT_STEP,
    HEAD_FIRST,
    HEAD_BETWEEN,
    WTE_FIRST,
    NOT_A_MEAN,
    LAST_OCCURRENCE,
    MEAN_OCCURRENCE,
    FOR_EACH_OCCURRENCE,
    TARGET_ROWS,
    INPUT_ROWS,
    STEP_UPHILL,
    WITHOUT_RATE,
    WTE_STAYS,
    HEAD_STAYS,
    EXCHANGED,
    HIDDEN_OF_TARGETS,
    TARGET_ROW_OF_WTE
};

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// a += factor * b
static void add_row(double *a, const double *b, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] += factor * b[i];
}

static double *logits_of(const struct step *s, const double *wte, const double *lm_head,
                         const uint32_t *inputs)
{
    double *logits = judge_doubles(s->n_tokens * s->vocab_size);
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t v = 0; v < s->vocab_size; v++)
            logits[t * s->vocab_size + v] =
                dot(lm_head + v * s->d_model, wte + inputs[t] * s->d_model, s->d_model);
    return logits;
}

static void move_wte(double *wte, const struct step *s, const double *dhidden,
                     const uint32_t *inputs, double rate, enum step_mistake mistake)
{
    for (size_t t = 0; t < s->n_tokens; t++) {
        size_t count = count_id(inputs, s->n_tokens, inputs[t]);
        bool is_last = count_id(inputs, t + 1, inputs[t]) == count;
        double factor = mistake == LAST_OCCURRENCE && !is_last ? 0
                        : mistake == MEAN_OCCURRENCE           ? 1.0 / (double)count
                        : mistake == FOR_EACH_OCCURRENCE       ? (double)count
                                                               : 1;
        size_t row = mistake == TARGET_ROW_OF_WTE ? s->targets[t] : inputs[t];
        add_row(wte + row * s->d_model, dhidden + t * s->d_model, -rate * factor,
                s->d_model);
    }
}

// One step in double, right or with one mistake.
static struct tables take_step(const struct step *s, enum step_mistake mistake)
{
    const size_t d = s->d_model, n = s->vocab_size * d;
    const uint32_t *inputs = mistake == EXCHANGED ? s->targets : s->inputs;
    const uint32_t *targets = mistake == EXCHANGED ? s->inputs : s->targets;
    const double rate = mistake == STEP_UPHILL    ? -s->rate
                        : mistake == WITHOUT_RATE ? 1
                                                  : s->rate;
    const double each = mistake == NOT_A_MEAN ? 1 : 1 / (double)s->n_tokens;
    const double *old_wte = doubles_of(s->wte, n), *old_head = doubles_of(s->lm_head, n);
    double *dhidden = judge_doubles(s->n_tokens * d);
    struct tables new = {0, doubles_of(s->wte, n), doubles_of(s->lm_head, n)};
    const double *logits = logits_of(s, old_wte, old_head, inputs);
    const double *dlogits = slopes(probabilities(logits, s->n_tokens, s->vocab_size),
                                   targets, s->n_tokens, s->vocab_size, each, each);
    const double *hidden_from = old_wte;
    new.loss = mean_loss(logits, targets, s->n_tokens, s->vocab_size);
    if (mistake == WTE_FIRST) {
        for (size_t t = 0; t < s->n_tokens; t++)
            for (size_t v = 0; v < s->vocab_size; v++)
                add_row(dhidden + t * d, old_head + v * d, dlogits[t * s->vocab_size + v],
                        d);
        move_wte(new.wte, s, dhidden, inputs, rate, mistake);
        hidden_from = new.wte;
    }
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t v = 0; v < s->vocab_size; v++) {
            const double slope = dlogits[t * s->vocab_size + v];
            const uint32_t hidden_row =
                mistake == HIDDEN_OF_TARGETS ? targets[t] : inputs[t];
            if (mistake == HEAD_BETWEEN)
                add_row(dhidden + t * d, new.lm_head + v *d, slope, d);
            bool moves =
                mistake == TARGET_ROWS  ? count_id(targets, s->n_tokens, (uint32_t)v) > 0
                : mistake == INPUT_ROWS ? count_id(inputs, s->n_tokens, (uint32_t)v) > 0
                                        : mistake != HEAD_STAYS;
            if (moves)
                add_row(new.lm_head + v *d, hidden_from + hidden_row * d, -rate * slope,
                        d);
        }
    for (size_t t = 0; t < s->n_tokens && mistake != WTE_FIRST && mistake != HEAD_BETWEEN;
         t++)
        for (size_t v = 0; v < s->vocab_size; v++)
            add_row(dhidden + t * d,
                    (mistake == HEAD_FIRST ? new.lm_head : old_head) + v * d,
                    dlogits[t * s->vocab_size + v], d);
    if (mistake != WTE_FIRST && mistake != WTE_STAYS)
        move_wte(new.wte, s, dhidden, inputs, rate, mistake);
    return new;
}

// All rows that an input touches hold NaN: work room was added to before it was cleared.
static double *with_nan_rows(const struct step *s)
{
    double *out = doubles_of(s->wte, s->vocab_size * s->d_model);
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t i = 0; i < s->d_model; i++)
            out[s->inputs[t] * s->d_model + i] = NAN;
    return out;
}

static const struct {
    enum step_mistake mistake;
    const char *says;
} step_mistakes[] = {
    {HEAD_FIRST,
     "lm_head was moved before dhidden was taken from it: both gradients belong to "
     "the tables as they were."},
    {HEAD_BETWEEN,
     "lm_head was moved position by position while dhidden was taken from it: both "
     "gradients belong to the tables as they were."},
    {WTE_FIRST, "wte was moved before lm_head, whose step needs the rows as they were."},
    {NOT_A_MEAN, "dlogits is not divided by n_tokens: the loss is a mean."},
    {LAST_OCCURRENCE,
     "A word that occurs twice moves by its last dhidden only: they add up."},
    {MEAN_OCCURRENCE,
     "A word that occurs twice moves by the mean of its dhidden: they add up."},
    {FOR_EACH_OCCURRENCE, "A coalesced row is stepped again for each occurrence: once is "
                          "enough, it holds the sum."},
    {TARGET_ROWS,
     "Only the rows of the targets moved in lm_head: every word was a candidate."},
    {INPUT_ROWS,
     "Only the rows of the inputs moved in lm_head: every word was a candidate."},
    {STEP_UPHILL, "This goes uphill: the step is subtracted."},
    {WITHOUT_RATE, "The learning rate is missing."},
    {WTE_STAYS, "wte was not moved."},
    {HEAD_STAYS, "lm_head was not moved."},
    {EXCHANGED, "Inputs and targets are exchanged."},
    {HIDDEN_OF_TARGETS,
     "lm_head moves along the rows of the targets: it moves along those of "
     "the inputs."},
    {TARGET_ROW_OF_WTE,
     "The rows of the targets moved in wte: it was read at the inputs."},
};

enum { N_STEP_MISTAKES = sizeof step_mistakes / sizeof *step_mistakes };

static void expect_table(const char *name, const float *got, const struct step *s,
                         bool is_wte)
{
    struct mistake mistakes[N_STEP_MISTAKES + 2] = {{NULL, NULL}};
    const struct tables right = take_step(s, RIGHT_STEP);
    const double *wanted = is_wte ? right.wte : right.lm_head;
    const size_t n = s->vocab_size * s->d_model;
    double *allowed = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        allowed[i] = 2e-6 * (1 + fabs(wanted[i]) * 0.1);
    for (size_t m = 0; m < N_STEP_MISTAKES; m++) {
        const struct tables wrong = take_step(s, step_mistakes[m].mistake);
        mistakes[m] =
            (struct mistake){step_mistakes[m].says, is_wte ? wrong.wte : wrong.lm_head};
    }
    if (is_wte)
        mistakes[N_STEP_MISTAKES] = (struct mistake){
            "The rows of the inputs are NaN: dhidden or drows was added to "
            "before it was cleared.",
            with_nan_rows(s)};
    expect_floats(name, got, wanted, allowed, s->vocab_size, s->d_model, mistakes);
}

struct room {
    float *logits, *dhidden, *drows;
    uint32_t *rows;
};

static struct room make_room(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct room room = {floats_out("logits", n_tokens * vocab_size),
                        floats_out("dhidden", n_tokens * d_model),
                        floats_out("drows", n_tokens * d_model),
                        ids_out("rows", n_tokens)};
    return room;
}

static void expect_step_loss(double got, const struct step *s)
{
    const double right = take_step(s, RIGHT_STEP).loss;
    const double sum = right * (double)s->n_tokens;
    const struct tables after = take_step(s, RIGHT_STEP);
    const double later = mean_loss(logits_of(s, after.wte, after.lm_head, s->inputs),
                                   s->targets, s->n_tokens, s->vocab_size);
    const struct mistake mistakes[] = {
        {"This is the loss after the step: the one before it is wanted.", &later},
        {"This is the sum of the losses: the mean is wanted.", &sum},
        {NULL, NULL},
    };
    if (isnan(got))
        judge_remark("train_step rests on exercises 3.1, 3.3 and 3.4: are they written?");
    expect_number("the loss", got, right, 1e-5 * (1 + fabs(right)), mistakes);
}

static void try_step(const struct step *s)
{
    const size_t n = s->vocab_size * s->d_model;
    const uint32_t *inputs = ids_in("inputs", s->inputs, s->n_tokens);
    const uint32_t *targets = ids_in("targets", s->targets, s->n_tokens);
    float *wte = floats_inout("wte", s->wte, n);
    float *lm_head = floats_inout("lm_head", s->lm_head, n);
    const struct room room = make_room(s->n_tokens, s->vocab_size, s->d_model);
    judge_case("inputs %s, learning_rate %g, n_tokens %zu, vocab_size %zu, d_model %zu",
               list_ids(s->inputs, s->n_tokens), s->rate, s->n_tokens, s->vocab_size,
               s->d_model);
    double loss = (double)CALL(train_step, wte, lm_head, room.logits, room.dhidden,
                               room.drows, room.rows, inputs, targets, (float)s->rate,
                               s->n_tokens, s->vocab_size, s->d_model);
    expect_step_loss(loss, s);
    expect_table("lm_head", lm_head, s, false);
    expect_table("wte", wte, s, true);
}

Test(train_step, pencil_case)
{
    const float wte[] = {1, 0}, lm_head[] = {0, 0}, wte_2[] = {0.5f, 2};
    const float head_2[] = {-0.5f, 0.5f};
    const uint32_t inputs[] = {0}, targets[] = {1};
    const struct step s = {wte, lm_head, inputs, targets, 1, 1, 2, 1};
    const struct step next = {wte_2, head_2, inputs, targets, 1, 1, 2, 1};
    try_step(&s);
    try_step(&next);
    judge_passed();
}

static const uint32_t e1_inputs[] = {0, 2, 2, 1}, e1_targets[] = {1, 3, 0, 2};

// PyTorch 1.13, float64: four words, rows of two; loss 1.38254378, after a step of learning
// rate 0.5 it is 1.3796378; the first row of dE is 0.0237501416 twice, the last row of dU
// -0.015119404 and -0.0185662681.
Test(train_step, reference_step)
{
    float wte[8], lm_head[8];
    for (size_t k = 0; k < 8; k++) {
        wte[k] = (float)(0.1 * (double)(k / 2 + 1) - 0.3 * (double)(k % 2));
        lm_head[k] = (float)(0.2 * (double)(k / 2) - 0.1 * (double)(k % 2 + 1));
    }
    const struct step s = {wte, lm_head, e1_inputs, e1_targets, 0.5, 4, 4, 2};
    struct tables after = take_step(&s, RIGHT_STEP);
    cr_assert(fabs(after.loss - 1.38254378) < 1e-7);
    cr_assert(fabs(((double)wte[0] - after.wte[0]) / 0.5 - 0.0237501416) < 1e-7);
    cr_assert(fabs(((double)lm_head[7] - after.lm_head[7]) / 0.5 + 0.0185662681) < 1e-7);
    cr_assert(fabs(mean_loss(logits_of(&s, after.wte, after.lm_head, e1_inputs),
                             e1_targets, 4, 4) -
                   1.3796378) < 1e-7);
    try_step(&s);
    judge_passed();
}

static struct step random_step(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    float *wte = judge_floats(vocab_size * d_model),
          *head = judge_floats(vocab_size * d_model);
    uint32_t *inputs = judge_ids(n_tokens), *targets = judge_ids(n_tokens);
    fill_logits(wte, vocab_size * d_model, 0.7);
    fill_logits(head, vocab_size * d_model, 0.7);
    fill_ids(inputs, n_tokens, vocab_size);
    fill_ids(targets, n_tokens, vocab_size);
    const struct step s = {wte, head,     inputs,     targets,
                           1.5, n_tokens, vocab_size, d_model};
    return s;
}

Test(train_step, random_models)
{
    for (int draw = 0; draw < 6; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(4, 9);
        size_t vocab_size = random_between(10, 24);
        size_t d_model = draw == 1 ? 1 : random_between(2, 7);
        const struct step s = random_step(n_tokens, vocab_size, d_model);
        try_step(&s);
    }
    judge_passed();
}

static double loss_of_tables(const struct step *s, const double *wte,
                             const double *lm_head)
{
    return mean_loss(logits_of(s, wte, lm_head, s->inputs), s->targets, s->n_tokens,
                     s->vocab_size);
}

// start - rate * slope, the slope by nudging each number of the table
static double *down_the_slope(const struct step *s, double *wte, double *lm_head,
                              double *table)
{
    const size_t n = s->vocab_size * s->d_model;
    double *out = judge_doubles(n);
    for (size_t i = 0; i < n; i++) {
        const double here = table[i];
        table[i] = here + 1e-4;
        const double above = loss_of_tables(s, wte, lm_head);
        table[i] = here - 1e-4;
        out[i] = here - s->rate * (above - loss_of_tables(s, wte, lm_head)) / 2e-4;
        table[i] = here;
    }
    return out;
}

Test(train_step, follows_the_slope)
{
    const struct step s = random_step(5, 7, 3);
    const size_t n = 7 * 3;
    const uint32_t *inputs = ids_in("inputs", s.inputs, 5);
    const uint32_t *targets = ids_in("targets", s.targets, 5);
    float *wte = floats_inout("wte", s.wte, n),
          *lm_head = floats_inout("lm_head", s.lm_head, n);
    const struct room room = make_room(5, 7, 3);
    judge_case("inputs %s, learning_rate 1.5, n_tokens 5, vocab_size 7, d_model 3, "
               "beside slopes "
               "by nudging each number of the tables",
               list_ids(s.inputs, 5));
    double loss = (double)CALL(train_step, wte, lm_head, room.logits, room.dhidden,
                               room.drows, room.rows, inputs, targets, 1.5f, 5, 7, 3);
    expect_step_loss(loss, &s);
    double *old_wte = doubles_of(s.wte, n), *old_head = doubles_of(s.lm_head, n);
    expect_floats("lm_head", lm_head, down_the_slope(&s, old_wte, old_head, old_head),
                  filled(n, 5e-6), 7, 3, NULL);
    expect_floats("wte", wte, down_the_slope(&s, old_wte, old_head, old_wte),
                  filled(n, 5e-6), 7, 3, NULL);
    judge_passed();
}

// A row stands behind the last one of each table, so that an id that is one too large is
// seen as accepted, not as a crash.
static void refuse_step(const struct room *room, const uint32_t *in, const uint32_t *out,
                        size_t n_tokens, size_t vocab_size, size_t d_model,
                        const char *why)
{
    const float some[7 * 3] = {0.5f, -1, 2};
    const uint32_t *inputs = ids_in("inputs", in, 4),
                   *targets = ids_in("targets", out, 4);
    float *wte = floats_inout("wte", some, 21),
          *lm_head = floats_inout("lm_head", some, 21);
    judge_case("inputs %s, n_tokens %zu, vocab_size %zu, d_model %zu", list_ids(in, 4),
               n_tokens, vocab_size, d_model);
    double loss =
        (double)CALL(train_step, wte, lm_head, room->logits, room->dhidden, room->drows,
                     room->rows, inputs, targets, 0.5f, n_tokens, vocab_size, d_model);
    expect_nan("train_step", loss, wte, "wte", why);
    expect_nan("train_step", loss, lm_head, "lm_head", why);
}

Test(train_step, refuses_bad_input)
{
    const uint32_t good[] = {5, 0, 5, 2}, others[] = {1, 3, 0, 4};
    const uint32_t first[] = {6, 1, 2, 0}, last[] = {4, 0, 1, 6},
                   huge[] = {3, UINT32_MAX, 0, 1};
    struct step s = random_step(4, 6, 3);
    s.inputs = good;
    s.targets = others;
    try_step(&s);
    const struct room room = make_room(4, 7, 3);
    refuse_step(&room, first, good, 4, 6, 3,
                "inputs[0] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_step(&room, last, good, 4, 6, 3,
                "the last input is 6, and the largest id is vocab_size - 1 = 5");
    refuse_step(&room, huge, good, 4, 6, 3,
                "inputs[1] is 4294967295, which is not below vocab_size 6");
    refuse_step(&room, good, last, 4, 6, 3,
                "the last target is 6, and the largest id is vocab_size - 1 = 5");
    refuse_step(&room, good, first, 4, 6, 3,
                "targets[0] is 6, and the largest id is vocab_size - 1 = 5");
    refuse_step(&room, good, others, 0, 6, 3, "n_tokens is 0");
    refuse_step(&room, good, others, 4, 0, 3, "vocab_size is 0");
    refuse_step(&room, good, others, 4, 6, 0, "d_model is 0");
    judge_passed();
}

Test(train_step, stays_in_bounds)
{
    const struct step s = random_step(5, 9, 4);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_step(&s);
    }
    judge_passed();
}
