// Tests of chapter 3, trainer. A suite is a function, a test one thing that can be wrong.
#include "03_trainer.h"
#include "judge.h"

#include "calls/03_trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

JUDGE_CHAPTER(3);

// A place among n ids and what must not stand there.
struct bad_id {
    size_t place;
    uint32_t id;
    const char *why;
};

// The first are about the place, the others about the id.
enum { N_PLACES = 3, N_BAD = 7 };

// The bad ids that a list of n is tried with: at the beginning, within and at the end,
// one too large, as large as can be, and with low bits that would do.
static void list_bad_ids(struct bad_id bad[N_BAD], size_t n, size_t vocab_size)
{
    const uint32_t beyond = (uint32_t)vocab_size;
    const struct bad_id list[N_BAD] = {
        {0, beyond,
         "the first id is vocab_size, and the largest allowed is vocab_size - 1"},
        {n / 2, beyond,
         "an id in the middle is vocab_size, and the largest allowed is vocab_size - 1"},
        {n - 1, beyond,
         "the last id is vocab_size, and the largest allowed is vocab_size - 1"},
        {n / 2, 65537, "an id in the middle is 65537"},
        {n - 1, UINT32_MAX, "the last id is 4294967295, far from below vocab_size"},
        {0, (uint32_t)-100, "the first id is 4294967196, which marks nothing here"},
        {n / 2, 0x80000000u, "an id in the middle is 2147483648"},
    };
    memcpy(bad, list, sizeof list);
}

// A number was asked for with bad input: NaN, and nothing written.
static void expect_nan(double got, const char *function, const void *output,
                       const char *name, const char *why)
{
    expect(isnan(got), "%s must return NAN here: %s.", function, why);
    expect(is_untouched(output),
           "%s returned NAN, but %s must stay untouched: %s. Check everything before you "
           "write anything.",
           function, name, why);
}

static float *scaled_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)((double)values[i] * scale);
    return values;
}

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Among n drawn numbers some that a sum with 0 would change.
static float *odd_numbers(size_t n)
{
    const float odd[] = {-0.0f, from_bits(0x7fc12345u), from_bits(1), -INFINITY};
    float *values = normals(n);
    for (size_t i = 0; i < n; i++)
        if (judge_random() % 2 == 0)
            values[i] = odd[random_between(0, 3)];
    return values;
}

// ---- many calls in one process -------------------------------------------------------

// Every size up to 34, and larger ones: what is left over behind blocks of any length.
enum { N_SIZES = 34 + 13 };

static size_t nth_size(size_t k)
{
    static const size_t large[] = {40, 44,  48,  56,  63,  64, 65,
                                   96, 128, 129, 256, 257, 768};
    return k < 34 ? k + 1 : large[k - 34];
}

static void fail_among_many(void)
{
    expect(false, "Among many calls one gave another answer than alone, when the program "
                  "had called it before: it keeps something from call to call.");
}

// Six ids whose ends, or beginnings, look like the whole of another list; all below 9.
enum { N_PATTERNS = 11 };
static const uint32_t patterns[N_PATTERNS][6] = {
    {2, 2, 5, 7, 1, 2}, {0, 4, 4, 1, 3, 5}, {3, 4, 5, 1, 0, 8}, {1, 1, 1, 4, 4, 8},
    {8, 7, 5, 4, 2, 0}, {8, 8, 5, 5, 2, 0}, {6, 6, 6, 6, 6, 6}, {4, 1, 4, 1, 4, 7},
    {2, 3, 4, 5, 6, 7}, {0, 1, 1, 3, 4, 5}, {0, 1, 2, 3, 4, 5},
};

// Rows of which half are zeros. The first begins and ends with zeros, the others have their
// ends in common, and the last is without zeros.
static float *half_zeros(size_t rows, size_t columns)
{
    float *values = normals(rows * columns);
    for (size_t r = 0; r < rows; r++) {
        float *row = values + r * columns;
        for (size_t i = 0; i < columns && r + 1 < rows; i++)
            row[i] = judge_random() % 2 ? row[i] : 0;
        row[0] = r == 0 ? 0 : 0.5f;
        row[columns - 1] = r == 0 && rows > 1 ? 0 : -2;
    }
    return values;
}

// A bad id at each place of lists of a few lengths.
enum { N_LENGTHS = 9, MOST_BAD_LISTS = 96, MOST_BAD_IDS = 1960 };
static const size_t bad_lengths[N_LENGTHS] = {2, 3, 4, 5, 6, 7, 13, 20, 35};

struct bad_ids {
    size_t at, n; // among the ids
};

static size_t list_bad_lists(struct bad_ids *lists, uint32_t *ids, size_t vocab_size)
{
    size_t n_lists = 0, at = 0;
    for (size_t l = 0; l < N_LENGTHS; l++)
        for (size_t place = 0; place < bad_lengths[l]; place++) {
            const size_t n = bad_lengths[l];
            fill_ids(ids + at, n, vocab_size);
            ids[at + place] = (uint32_t)vocab_size;
            lists[n_lists++] = (struct bad_ids){at, n};
            at += n;
        }
    return n_lists;
}

// 65,536 bad ids behind a good one: whoever counts them in 8 or 16 bits counts none.
static uint32_t *many_bad_ids(void)
{
    uint32_t *ids = judge_ids(65537);
    for (size_t t = 1; t < 65537; t++)
        ids[t] = 1;
    return ids;
}

static size_t count_id(const uint32_t *ids, size_t n, uint32_t id)
{
    size_t count = 0;
    for (size_t t = 0; t < n; t++)
        count += ids[t] == id;
    return count;
}

// ---- 3.1 softmax_cross_entropy -------------------------------------------------------

// What is right for a batch of logits, and how far from it the arithmetic of floats may
// end: all sums in double, in any order.
struct softmax {
    double loss, loss_off;
    double *p, *slopes, *slopes_off; // [n_tokens][vocab_size]
};

// One row: p, and its loss. What rounding a logit's distance from the largest does to e^
// of it is a share of p, here in units of 2^-23; so is what that does to the sum, at most
// the entropy of p, ln vocab_size. expf and what follows add less than 8 more, and who
// puts the largest logit back in a double 2^-51 of it (or nothing, where the sum is 1). Where
// one word is certain, the sum is 1, and so is its e^: nothing is rounded.
static double softmax_row(double *p, double *off, double *loss_off, const double *z,
                          uint32_t target, size_t vocab_size)
{
    double largest = z[0], total = 0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = z[v] > largest ? z[v] : largest;
    for (size_t v = 0; v < vocab_size; v++)
        total += p[v] = exp(z[v] - largest);
    const double loss = largest - z[target] + log(total);
    const double units =
        log((double)vocab_size) + 8 + fmin(fabs(largest) * 0x1p-28, 4096);
    for (size_t v = 0; v < vocab_size; v++) {
        p[v] /= total;
        off[v] = (largest - z[v] + (total == 1 && p[v] == 1 ? 2 : units)) * 0x1p-23;
    }
    *loss_off = (loss + units) * 0x1p-23;
    if (total == 1)
        *loss_off = loss * 0x1p-23 + (double)vocab_size * 0x1p-52;
    return loss;
}

static struct softmax softmax_of(const double *logits, const uint32_t *targets,
                                 size_t n_tokens, size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    struct softmax s = {0, 0, judge_doubles(n), judge_doubles(n), judge_doubles(n)};
    const double each = 1 / (double)n_tokens;
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t row = t * vocab_size, at = row + targets[t];
        double off;
        s.loss += each * softmax_row(s.p + row, s.slopes_off + row, &off, logits + row,
                                     targets[t], vocab_size);
        s.loss_off += each * off;
        for (size_t v = row; v < row + vocab_size; v++) {
            s.slopes[v] = each * (s.p[v] - (v == at));
            s.slopes_off[v] =
                each * (s.p[v] * s.slopes_off[v] + (v == at) * 0x1p-22) + 0x1p-147;
        }
    }
    return s;
}

static void expect_softmax(double loss, const float *dlogits, const float *logits,
                           const uint32_t *targets, size_t n_tokens, size_t vocab_size)
{
    const struct softmax right = softmax_of(as_doubles(logits, n_tokens * vocab_size),
                                            targets, n_tokens, vocab_size);
    expect_number("the loss", loss, right.loss, right.loss_off);
    expect_floats(dlogits, right.slopes, right.slopes_off, n_tokens, vocab_size);
}

static void try_softmax(const float *values, const uint32_t *ids, size_t n_tokens,
                        size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    fresh_case();
    const float *logits = floats_in(values, n);
    const uint32_t *targets = ids_in(ids, n_tokens);
    float *dlogits = floats_out(n);
    const double loss = (double)CALL(softmax_cross_entropy, dlogits, logits, targets,
                                     n_tokens, vocab_size);
    expect_softmax(loss, dlogits, values, ids, n_tokens, vocab_size);
}

static void try_softmax_once(size_t n_tokens, size_t vocab_size, double scale)
{
    try_softmax(scaled_normals(n_tokens * vocab_size, scale),
                random_ids(n_tokens, vocab_size), n_tokens, vocab_size);
}

// Three batches of the same shape in the same place: other logits, then one other logit, and
// two targets that have changed places.
static void try_random_softmax(size_t n_tokens, size_t vocab_size, double scale)
{
    uint32_t *targets = random_ids(n_tokens, vocab_size);
    const size_t n = n_tokens * vocab_size;
    const float *logits = scaled_normals(n, scale);
    try_softmax(scaled_normals(n, scale), targets, n_tokens, vocab_size);
    try_softmax(logits, targets, n_tokens, vocab_size);
    exchange(targets, n_tokens);
    try_softmax(with_a_change(logits, n), targets, n_tokens, vocab_size);
}

// Many batches in one process; one that went wrong is tried once more, alone.
struct batch {
    size_t n_tokens, vocab_size, id_at, logit_at;
};

static void try_in_place(const float *values, const uint32_t *ids, size_t n_tokens,
                         size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    fresh_case();
    judge_case("logits and dlogits are the same array.");
    float *both = floats_inout(values, n);
    const uint32_t *targets = ids_in(ids, n_tokens);
    const double loss =
        (double)CALL(softmax_cross_entropy, both, both, targets, n_tokens, vocab_size);
    expect_softmax(loss, both, values, ids, n_tokens, vocab_size);
}

static void try_batches(const struct batch *batches, size_t n, const float *values,
                        const uint32_t *ids, bool is_in_place)
{
    const struct batch *last = &batches[n - 1];
    const size_t n_logits = last->logit_at + last->n_tokens * last->vocab_size;
    fresh_case();
    const uint32_t *targets = ids_in(ids, last->id_at + last->n_tokens);
    float *dlogits = is_in_place ? floats_inout(values, n_logits) : floats_out(n_logits);
    const float *logits = is_in_place ? dlogits : floats_in(values, n_logits);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(softmax_cross_entropy, dlogits + batches[k].logit_at,
             logits + batches[k].logit_at, targets + batches[k].id_at,
             batches[k].n_tokens, batches[k].vocab_size);
    together_now();
    for (size_t k = 0; k < n; k++) {
        const struct batch *b = &batches[k];
        const size_t n_here = b->n_tokens * b->vocab_size;
        const struct softmax right =
            softmax_of(as_doubles(values + b->logit_at, n_here), ids + b->id_at,
                       b->n_tokens, b->vocab_size);
        if (fabs(returned(k) - right.loss) <= right.loss_off &&
            all_close(dlogits + b->logit_at, right.slopes, right.slopes_off, n_here))
            continue;
        (is_in_place ? try_in_place : try_softmax)(values + b->logit_at, ids + b->id_at,
                                                   b->n_tokens, b->vocab_size);
        fail_among_many();
    }
}

// Of as many rows as words, row t has its largest logit, far above the others, at place t. Of
// two rows, the first has it at the end, the second twice.
static void try_every_batch(void)
{
    enum { MOST_LOGITS = 40000, MOST_IDS = 6000 };
    struct batch batches[3 * N_SIZES];
    float *values = normals(MOST_LOGITS);
    uint32_t *ids = judge_ids(MOST_IDS);
    size_t n = 0, logit_at = 0, id_at = 0;
    for (size_t k = 0; k < 3 * N_SIZES; k++) {
        const size_t s = nth_size(k % N_SIZES);
        const size_t n_tokens = k < N_SIZES ? 2 : s,
                     v = k < 2 * N_SIZES && k >= N_SIZES ? 3 : s;
        if (k >= 2 * N_SIZES && s > 36)
            continue;
        batches[n++] = (struct batch){n_tokens, v, id_at, logit_at};
        float *z = values + logit_at;
        fill_ids(ids + id_at, n_tokens, v);
        for (size_t t = 0; t < n_tokens && n_tokens == v; t++)
            z[t * v + t] += 1000;
        if (k < N_SIZES) {
            z[v - 1] += 1000;
            z[v] = z[2 * v - 1] = 4;
            ids[id_at + 1] = (uint32_t)v - 1;
        } else if (n_tokens != v)
            memcpy(z, half_zeros(n_tokens, v), n_tokens * v * sizeof *z);
        logit_at += n_tokens * v;
        id_at += n_tokens;
    }
    judge_relies_on(logit_at <= MOST_LOGITS && id_at <= MOST_IDS);
    try_batches(batches, n, values, ids, false);
}

// PyTorch 1.13, float64: mean 2.03510411.
static const float two_rows[] = {2, 1, 0.1f, 0.5f, 2.5f, -1};
static const uint32_t two_targets[] = {0, 2};

// Three rows whose targets are neither their best words nor their own places.
static const float three_rows[] = {0.5f, 2.5f, -1, 1, 0.1f, 1, 2, -0.5f, 3, 0, 1, -1};
static const uint32_t three_targets[] = {2, 0, 3};

// Inputs of a public course's test of cross-entropy; PyTorch 1.13 in float64 gives
// 1.6094728, and 272.9625 for a thousand times the logits.
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
    const struct softmax right = softmax_of(as_doubles(two_rows, 6), two_targets, 2, 3);
    judge_relies_on(fabs(right.loss - 2.03510411) < 1e-7);
    for (size_t i = 0; i < 6; i++)
        judge_relies_on(fabs(right.slopes[i] - torch[i]) < 1e-8);
    try_softmax(three_rows, three_targets, 3, 4);
    try_softmax(two_rows, two_targets, 2, 3);
    try_softmax(eight_rows, eight_targets, 8, 5);
    try_random_softmax(2, 3, 1.5);
    judge_passed();
}

Test(softmax_cross_entropy, random_logits)
{
    for (int draw = 0; draw < 6; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(2, 12);
        size_t vocab_size = draw == 1 ? 1 : random_between(13, 60);
        (draw == 1 ? try_softmax_once : try_random_softmax)(n_tokens, vocab_size, 1.5);
    }
    try_every_batch();
    judge_passed();
}

static double mean_loss(const double *logits, const uint32_t *targets, size_t n_tokens,
                        size_t vocab_size)
{
    return softmax_of(logits, targets, n_tokens, vocab_size).loss;
}

// The slope by nudging each logit: what dlogits means, by another way than the formula.
static void try_slopes(size_t n_tokens, size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    float *values = normals(n);
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    double *nudged = as_doubles(values, n), *slope = judge_doubles(n);
    for (size_t i = 0; i < n; i++) {
        const double here = nudged[i];
        nudged[i] = here + 1e-4;
        slope[i] = mean_loss(nudged, ids, n_tokens, vocab_size);
        nudged[i] = here - 1e-4;
        slope[i] = (slope[i] - mean_loss(nudged, ids, n_tokens, vocab_size)) / 2e-4;
        nudged[i] = here;
    }
    fresh_case();
    judge_case("The slopes that are wanted come from nudging each logit.");
    const float *logits = floats_in(values, n);
    const uint32_t *targets = ids_in(ids, n_tokens);
    float *dlogits = floats_out(n);
    const double loss = (double)CALL(softmax_cross_entropy, dlogits, logits, targets,
                                     n_tokens, vocab_size);
    expect_number("the loss", loss, mean_loss(nudged, ids, n_tokens, vocab_size), 1e-6);
    expect_floats(dlogits, slope, filled(n, 1e-6), n_tokens, vocab_size);
}

Test(softmax_cross_entropy, matches_slopes)
{
    try_slopes(3, 5);
    try_slopes(1, random_between(4, 7));
    try_slopes(random_between(4, 6), 3);
    judge_passed();
}

// Each row lies around a place of its own, between 0 and `centre`. The first row's target
// is its smallest logit.
static void try_around(double centre, double scale)
{
    const size_t n_tokens = random_between(2, 5), vocab_size = random_between(6, 30);
    float *logits = judge_floats(n_tokens * vocab_size);
    uint32_t *targets = random_ids(n_tokens, vocab_size);
    for (size_t t = 0; t < n_tokens; t++) {
        const double here =
            t == 0 ? centre : centre * (double)random_between(0, 99) / 100;
        for (size_t v = 0; v < vocab_size; v++)
            logits[t * vocab_size + v] = (float)(here + scale * random_normal());
    }
    for (uint32_t v = targets[0] = 0; v < vocab_size; v++)
        targets[0] = logits[v] < logits[targets[0]] ? v : targets[0];
    try_softmax(logits, targets, n_tokens, vocab_size);
}

// One row of numbers that are all the same.
static void try_equal(float logit, size_t vocab_size)
{
    const uint32_t target = (uint32_t)random_between(0, vocab_size - 1);
    float *equal = judge_floats(vocab_size);
    for (size_t v = 0; v < vocab_size; v++)
        equal[v] = logit;
    try_softmax(equal, &target, 1, vocab_size); // ln vocab_size
}

// Row t has one logit that is far above the others, at place t.
static void try_spikes(size_t vocab_size)
{
    float *logits = normals(vocab_size * vocab_size);
    for (size_t t = 0; t < vocab_size; t++)
        logits[t * vocab_size + t] += 1000;
    try_softmax(logits, random_ids(vocab_size, vocab_size), vocab_size, vocab_size);
}

// One row whose word that comes is all but certain: its loss is small, and not 0.
static void try_sure(double ahead)
{
    float *logits = scaled_normals(4, 0.3);
    const uint32_t target = (uint32_t)random_between(0, 3);
    logits[target] += (float)ahead;
    try_softmax(logits, &target, 1, 4);
}

// One row of words that are less and less likely, down to the smallest floats there are.
static void try_small_shares(void)
{
    float logits[20];
    const uint32_t target = (uint32_t)random_between(0, 19);
    for (size_t v = 0; v < 20; v++)
        logits[v] = (float)(-5.0 * (double)v + 0.5 * random_normal());
    try_softmax(logits, &target, 1, 20);
}

// One row whose smallest exponentials a float holds only after the largest logit is taken
// away.
static void try_low(void)
{
    float logits[7];
    const uint32_t target = (uint32_t)random_between(0, 6);
    for (size_t v = 0; v < 7; v++)
        logits[v] = (float)(-78.0 - 3.0 * (double)v + 0.5 * random_normal());
    try_softmax(logits, &target, 1, 7);
}

Test(softmax_cross_entropy, no_overflow)
{
    const float large[] = {1000, 1001, 1002}, small[] = {-1000, -1002, -999.5f};
    const float low[] = {-1000, 1, 2}, high[] = {0, 2000, 1000};
    const float far[] = {0, 200}, with_a_zero[] = {0, 2, 1001, 3};
    float shared[] = {0, 300, 300, 299.5f, 300, -7}; // several are near the largest
    const double centres[] = {100, -100, 1000, -1000, -20000, 1e6, -1e6};
    try_random_softmax(2, 3, 1.5);
    try_softmax(large, two_targets, 1, 3); // PyTorch: 2.40760596
    try_softmax(high, two_targets, 1, 3);
    try_softmax(low, two_targets + 1, 1, 3);
    try_softmax(small, two_targets, 1, 3);
    try_softmax(far, two_targets, 1, 2);
    try_softmax(with_a_zero, two_targets + 1, 1, 4);
    for (int k = 0; k < 4; k++, shared[0] += 70)
        try_softmax(shared, two_targets, 1, 6);
    for (size_t i = 0; i < sizeof centres / sizeof *centres; i++)
        try_around(centres[i], 3);
    try_spikes(random_between(5, 9));
    try_low();
    try_small_shares();
    try_sure(6);
    try_sure(12);
    try_sure(13);
    try_around(0, 30);
    try_around(0, 1000);
    try_around(0, 1e30);
    try_equal(0, 50257);
    try_around(-2e38, 2e37);
    try_equal(-1e10f, random_between(2, 40));
    judge_passed();
}

// One word that has nearly all of a row's chance, and tens of thousands that share the
// rest.
static void try_many_small(size_t vocab_size, size_t place, size_t comes)
{
    float *logits = judge_floats(vocab_size);
    const uint32_t target = (uint32_t)comes;
    for (size_t v = 0; v < vocab_size; v++)
        logits[v] = (float)(-17 - 0.2 * fabs(random_normal()));
    logits[place] = 0;
    try_softmax(logits, &target, 1, vocab_size);
}

// One long row, and then with a logit at its end that is far above the others.
static void try_late_spike(size_t vocab_size)
{
    float *logits = scaled_normals(vocab_size, 1.5);
    const uint32_t target = (uint32_t)random_between(0, vocab_size - 1);
    try_softmax(logits, &target, 1, vocab_size);
    logits[vocab_size - 1] = 1000;
    try_softmax(logits, &target, 1, vocab_size);
}

// One row whose loss is so large that a float which holds it does not notice the others'.
static void try_one_large_loss(size_t n_tokens, size_t place)
{
    float *logits = scaled_normals(n_tokens * 2, 0.3);
    uint32_t *targets = random_ids(n_tokens, 2);
    logits[place * 2] = (float)random_between(17, 30) * 1e6f;
    logits[place * 2 + 1] = 0;
    targets[place] = 1;
    try_softmax(logits, targets, n_tokens, 2);
}

Test(softmax_cross_entropy, large_sizes)
{
    try_softmax_once(1, 1031, 1.5);
    judge_remark("A float that holds a large number does not notice small ones: sum in "
                 "double.");
    try_many_small(50257, 0, 0);
    try_many_small(50257, random_between(1, 50000), 50256); // the last word comes
    try_one_large_loss(4003, 2001);
    try_one_large_loss(9001, 0);
    judge_remark(NULL);
    try_softmax_once(5003, 3, 1.5);
    try_late_spike(70001);
    try_softmax_once(37, 1031, 1.5);
    judge_passed();
}

static void try_random_in_place(size_t n_tokens, size_t vocab_size)
{
    try_in_place(normals(n_tokens * vocab_size), random_ids(n_tokens, vocab_size),
                 n_tokens, vocab_size);
}

// Few rows of up to 20 words, and up to 20 rows of few, half of the logits zeros.
static void try_many_in_place(void)
{
    enum { MOST = 20, N = 2 * MOST, MOST_LOGITS = 2 * 3 * MOST * (MOST + 1) / 2 };
    struct batch batches[N];
    float *values = judge_floats(MOST_LOGITS);
    uint32_t *ids = judge_ids(3 * MOST * MOST);
    size_t logit_at = 0, id_at = 0;
    for (size_t k = 0; k < N; k++) {
        const size_t s = k / 2 + 1, n_tokens = k % 2 == 0 ? 1 + s % 3 : s,
                     v = k % 2 == 0 ? s : 1 + s % 3;
        batches[k] = (struct batch){n_tokens, v, id_at, logit_at};
        memcpy(values + logit_at, half_zeros(n_tokens, v), n_tokens * v * sizeof *values);
        fill_ids(ids + id_at, n_tokens, v);
        logit_at += n_tokens * v;
        id_at += n_tokens;
    }
    judge_relies_on(logit_at <= MOST_LOGITS);
    try_batches(batches, N, values, ids, true);
}

Test(softmax_cross_entropy, in_place)
{
    const size_t some = random_between(3, 9);
    for (int k = 0; k < 2; k++) {
        try_random_in_place(1, some);
        try_random_in_place(8, 5);
    }
    try_many_in_place();
    try_random_in_place(2, 50261);
    try_random_in_place(5003, 3);
    judge_passed();
}

// Rows more than asked for, so that a target that is too large is seen as accepted.
static void refuse_softmax(size_t n_tokens, size_t vocab_size, const struct bad_id *bad,
                           bool is_in_place)
{
    const size_t n = (n_tokens + 1) * vocab_size + 8;
    uint32_t *ids = vocab_size == 1  ? many_bad_ids()
                    : vocab_size > 0 ? random_ids(n_tokens, vocab_size)
                                     : judge_ids(n_tokens);
    if (bad->id != 0)
        ids[bad->place] = bad->id;
    fresh_case();
    const float *logits = floats_in(normals(n), n);
    const uint32_t *targets = ids_in(ids, n_tokens);
    float *dlogits = is_in_place ? floats_inout(normals(n), n) : floats_out(n);
    const double loss =
        (double)CALL(softmax_cross_entropy, dlogits, is_in_place ? dlogits : logits,
                     targets, n_tokens, vocab_size);
    expect_nan(loss, "softmax_cross_entropy", dlogits, "dlogits", bad->why);
}

static void refuse_these_targets(const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    const size_t n = n_tokens * vocab_size;
    fresh_case();
    const float *logits = floats_in(normals(n), n);
    const uint32_t *targets = ids_in(ids, n_tokens);
    float *dlogits = floats_out(n);
    expect_nan((double)CALL(softmax_cross_entropy, dlogits, logits, targets, n_tokens,
                            vocab_size),
               "softmax_cross_entropy", dlogits, "dlogits", "a target is vocab_size");
}

static void refuse_targets_at_each_place(size_t vocab_size)
{
    struct bad_ids lists[MOST_BAD_LISTS];
    uint32_t *ids = judge_ids(MOST_BAD_IDS);
    const size_t n = list_bad_lists(lists, ids, vocab_size), n_logits = 36 * vocab_size;
    fresh_case();
    const float *logits = floats_in(normals(n_logits), n_logits);
    const uint32_t *targets = ids_in(ids, MOST_BAD_IDS);
    float *dlogits = floats_out(n_logits);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(softmax_cross_entropy, dlogits, logits, targets + lists[k].at, lists[k].n,
             vocab_size);
    together_now();
    const bool is_whole = is_untouched(dlogits);
    for (size_t k = 0; k < n; k++)
        if (!isnan(returned(k)) || (!is_whole && k < 30))
            refuse_these_targets(ids + lists[k].at, lists[k].n, vocab_size);
    if (!is_whole)
        fail_among_many();
}

static void refuse_targets(size_t n_tokens, size_t vocab_size, size_t n_bad)
{
    struct bad_id bad[N_BAD];
    list_bad_ids(bad, n_tokens, vocab_size);
    for (size_t k = 0; k < n_bad; k++)
        refuse_softmax(n_tokens, vocab_size, &bad[k], k % 2 == 1);
}

Test(softmax_cross_entropy, refuses_bad_input)
{
    const struct bad_id no_rows = {0, 0,
                                   "n_tokens is 0, and the mean of no rows is none"};
    const struct bad_id no_words = {0, 0, "vocab_size is 0, so no target is below it"};
    const struct bad_id many = {0, 0, "all targets but the first are vocab_size"};
    try_random_softmax(3, 5, 1);
    refuse_targets(3, 5, N_BAD);
    refuse_targets(9, random_between(2, 5), N_PLACES);
    refuse_targets(6007, 3, N_PLACES);
    refuse_targets_at_each_place(random_between(2, 5));
    refuse_softmax(65537, 1, &many, false);
    refuse_softmax(0, 5, &no_rows, false);
    refuse_softmax(3, 0, &no_words, false);
    refuse_softmax(0, 0, &no_rows, false);
    try_random_softmax(3, 5, 1);
    judge_passed();
}

Test(softmax_cross_entropy, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_softmax(8, 5, 1);
        try_random_softmax(1, 1, 1);
    }
    judge_passed();
}

// ---- 3.2 embedding_backward ----------------------------------------------------------

struct sums {
    double *values, *off;
};

struct gradient {
    const float *start, *dout;
    const uint32_t *ids;
    size_t n_tokens, vocab_size, d_model;
};

// start and the rows of dout, and how far floats may be from the sums, in any order: what
// is finite and rounded has (number of terms) 2^-24 of the sum of sizes, twice.
static struct sums gradient_of(const struct gradient *g)
{
    const size_t d = g->d_model, n = g->vocab_size * d;
    double *wanted = as_doubles(g->start, n), *sizes = judge_doubles(n);
    size_t *terms = (size_t *)(void *)judge_doubles(g->vocab_size);
    for (size_t t = 0; t < g->n_tokens; t++) {
        bool adds = false; // zeros are no roundings
        for (size_t i = 0; i < d; i++) {
            adds = adds || g->dout[t * d + i] != 0;
            wanted[g->ids[t] * d + i] += (double)g->dout[t * d + i];
            sizes[g->ids[t] * d + i] += fabs((double)g->dout[t * d + i]);
        }
        terms[g->ids[t]] += adds;
    }
    for (size_t i = 0; i < n; i++) {
        const double size = sizes[i] + fabs((double)g->start[i]);
        const size_t count = terms[i / d];
        sizes[i] = count > 0 && isfinite(size) ? size * (double)(count + 1) * 0x1p-23 : 0;
    }
    return (struct sums){wanted, sizes};
}

static void expect_gradient(const float *dwte, const struct gradient *g)
{
    const struct sums right = gradient_of(g);
    expect_floats(dwte, right.values, right.off, g->vocab_size, g->d_model);
}

static void try_backward(const struct gradient *g)
{
    fresh_case();
    const float *dout = floats_in(g->dout, g->n_tokens * g->d_model);
    const uint32_t *ids = ids_in(g->ids, g->n_tokens);
    float *dwte = floats_inout(g->start, g->vocab_size * g->d_model);
    expect_accepted(
        CALL(embedding_backward, dwte, dout, ids, g->n_tokens, g->vocab_size, g->d_model),
        dwte);
    expect_gradient(dwte, g);
}

static struct gradient random_gradient(size_t n_tokens, size_t vocab_size, size_t d_model,
                                       double scale)
{
    return (struct gradient){scaled_normals(vocab_size * d_model, scale),
                             scaled_normals(n_tokens * d_model, scale),
                             random_ids(n_tokens, vocab_size),
                             n_tokens,
                             vocab_size,
                             d_model};
}

// One of the ids is the largest.
static void try_backward_once(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct gradient g = random_gradient(n_tokens, vocab_size, d_model, 1);
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    ids[random_between(0, n_tokens - 1)] = (uint32_t)vocab_size - 1;
    g.ids = ids;
    try_backward(&g);
}

// Three times the same sizes in the same place: other numbers, then one other number, and
// two ids that have changed places.
static void try_random_backward(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct gradient g = random_gradient(n_tokens, vocab_size, d_model, 1);
    try_backward(&g);
    g = random_gradient(n_tokens, vocab_size, d_model, 1);
    try_backward(&g);
    uint32_t *exchanged = judge_ids(n_tokens);
    memcpy(exchanged, g.ids, n_tokens * sizeof *exchanged);
    exchange(exchanged, n_tokens);
    g.ids = exchanged;
    g.dout = with_a_change(g.dout, n_tokens * d_model);
    g.start = judge_floats(vocab_size * d_model);
    try_backward(&g);
}

// Many gradients in one process; one that went wrong is tried once more, alone.
static void try_gradients(const struct gradient *g, size_t n)
{
    size_t n_start = 0, n_dout = 0, n_ids = 0;
    for (size_t k = 0; k < n; k++) {
        n_start += g[k].vocab_size * g[k].d_model;
        n_dout += g[k].n_tokens * g[k].d_model;
        n_ids += g[k].n_tokens;
    }
    float *starts = judge_floats(n_start), *douts = judge_floats(n_dout);
    uint32_t *all_ids = judge_ids(n_ids);
    n_start = n_dout = n_ids = 0;
    for (size_t k = 0; k < n; k++) {
        memcpy(starts + n_start, g[k].start,
               g[k].vocab_size * g[k].d_model * sizeof *starts);
        memcpy(douts + n_dout, g[k].dout, g[k].n_tokens * g[k].d_model * sizeof *douts);
        memcpy(all_ids + n_ids, g[k].ids, g[k].n_tokens * sizeof *all_ids);
        n_start += g[k].vocab_size * g[k].d_model;
        n_dout += g[k].n_tokens * g[k].d_model;
        n_ids += g[k].n_tokens;
    }
    fresh_case();
    const float *dout = floats_in(douts, n_dout);
    const uint32_t *ids = ids_in(all_ids, n_ids);
    float *dwte = floats_inout(starts, n_start);
    together();
    n_start = n_dout = n_ids = 0;
    for (size_t k = 0; k < n; k++) {
        CALL(embedding_backward, dwte + n_start, dout + n_dout, ids + n_ids,
             g[k].n_tokens, g[k].vocab_size, g[k].d_model);
        n_start += g[k].vocab_size * g[k].d_model;
        n_dout += g[k].n_tokens * g[k].d_model;
        n_ids += g[k].n_tokens;
    }
    together_now();
    n_start = 0;
    for (size_t k = 0; k < n; n_start += g[k].vocab_size * g[k].d_model, k++) {
        const struct sums right = gradient_of(&g[k]);
        if (returned(k) != 0 && all_close(dwte + n_start, right.values, right.off,
                                          g[k].vocab_size * g[k].d_model))
            continue;
        try_backward(&g[k]);
        fail_among_many();
    }
}

static void try_every_gradient(void)
{
    struct gradient g[3 * N_SIZES + N_PATTERNS];
    size_t n = 0;
    for (size_t k = 0; k < 3 * N_SIZES; k++) {
        const size_t s = nth_size(k / 3);
        const size_t n_tokens = k % 3 == 0 ? s : 1 + s % 3,
                     vocab_size = k % 3 == 1 ? s : 5, d_model = k % 3 == 2 ? s : 3;
        uint32_t *ids = random_ids(n_tokens, vocab_size);
        ids[n_tokens - 1] = (uint32_t)vocab_size - 1;
        g[n++] = (struct gradient){normals(vocab_size * d_model),
                                   half_zeros(n_tokens, d_model),
                                   ids,
                                   n_tokens,
                                   vocab_size,
                                   d_model};
    }
    for (size_t k = 0; k < N_PATTERNS; k++) {
        const size_t d_model = random_between(1, 5);
        g[n++] = (struct gradient){
            normals(9 * d_model), normals(6 * d_model), patterns[k], 6, 9, d_model};
    }
    try_gradients(g, n);
}

// More than 65,536 positions, nearly all of one word, and of those nearly all without a
// slope.
static struct gradient mostly_one_word(size_t n_tokens)
{
    const uint32_t word = (uint32_t)random_between(0, 40);
    float *dout = normals(n_tokens);
    uint32_t *ids = random_ids(n_tokens, 41);
    for (size_t t = 40; t < n_tokens - 120; t++) {
        ids[t] = word;
        dout[t] = 0;
    }
    ids[n_tokens - 1] = word;
    return (struct gradient){normals(41), dout, ids, n_tokens, 41, 1};
}

// PyTorch 1.13: ids 2 4 2 2, row t of dout (t + 1) (0.1, -0.2, 0.3); row 2 of the
// gradient is 0.8 -1.6 2.4 and row 4 is 0.2 -0.4 0.6.
static const float four_slopes[] = {0.1f, -0.2f, 0.3f, 0.2f, -0.4f, 0.6f,
                                    0.3f, -0.6f, 0.9f, 0.4f, -0.8f, 1.2f};
static const uint32_t four_ids[] = {2, 4, 2, 2};

Test(embedding_backward, reference_gradient)
{
    // Longer rows than there are words, and more words than positions: a wrong row or step
    // stays inside the arrays, and has a name.
    const float zeros[6 * 7] = {0};
    const uint32_t ids[] = {2, 2, 0, 3, 2};
    try_backward(&(struct gradient){zeros, normals(5 * 7), ids, 5, 6, 7});
    try_backward(&(struct gradient){zeros, four_slopes, four_ids, 4, 5, 3});
    try_backward(&(struct gradient){zeros, normals(12), four_ids, 4, 5, 3});
    try_random_backward(4, 5, 3);
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
    try_backward(&(struct gradient){zeros, dout, tokens, 6, 3, 2});
    try_backward(&(struct gradient){zeros, dout, positions, 6, 4, 2});
    fill_normal(dout, 12);
    try_backward(&(struct gradient){zeros, dout, tokens, 6, 3, 2});
    try_backward(&(struct gradient){zeros, dout, positions, 6, 4, 2});
    judge_passed();
}

// Twice in a row without clearing, from zeros: twice the gradient.
static void try_twice(const struct gradient *g)
{
    const size_t n = g->vocab_size * g->d_model;
    fresh_case();
    judge_case("This is the second of two calls, and nothing was cleared between them.");
    const float *dout = floats_in(g->dout, g->n_tokens * g->d_model);
    const uint32_t *ids = ids_in(g->ids, g->n_tokens);
    float *dwte = floats_inout(judge_floats(n), n), *once = judge_floats(n);
    for (int k = 0; k < 2; k++) {
        memcpy(once, dwte, n * sizeof *once);
        expect_accepted(CALL(embedding_backward, dwte, dout, ids, g->n_tokens,
                             g->vocab_size, g->d_model),
                        dwte);
    }
    expect_gradient(dwte, &(struct gradient){once, g->dout, g->ids, g->n_tokens,
                                             g->vocab_size, g->d_model});
}

Test(embedding_backward, adds_up)
{
    const uint32_t ids[] = {3, 6, 3, 3, 6, 0};
    const double scales[] = {1, 1e-40, 1e-30, 1e-8, 1e8, 1e30};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        struct gradient g = random_gradient(6, 7, 2, scales[s]);
        try_backward(&g);
        g.ids = ids;
        try_backward(&g);
        try_twice(&g);
    }
    judge_passed();
}

// What is infinite or NaN in dout reaches its own row, and only that.
static void try_not_numbers(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct gradient g = random_gradient(n_tokens, vocab_size, d_model, 1);
    float *dout = normals(n_tokens * d_model);
    dout[random_between(0, d_model - 1)] = NAN;
    dout[random_between(d_model, n_tokens * d_model - 1)] = -INFINITY;
    g.dout = dout;
    try_backward(&g);
}

Test(embedding_backward, random_tables)
{
    for (int draw = 0; draw < 7; draw++) {
        size_t vocab_size = draw == 0 ? 1 : random_between(5, 40);
        size_t d_model = draw == 1   ? 1
                         : draw == 2 ? vocab_size + 5
                                     : random_between(2, 30);
        d_model += d_model == vocab_size;
        (draw < 2 ? try_backward_once : try_random_backward)(random_between(4, 16),
                                                             vocab_size, d_model);
    }
    try_backward_once(16, 16, 16); // as many positions as words
    try_every_gradient();
    try_not_numbers(8, 11, 3);
    judge_passed();
}

// Words that occur exactly 256 times, or 512: whoever counts in a byte counts none.
static uint32_t *whole_bytes_of_words(size_t n_tokens)
{
    uint32_t *ids = judge_ids(n_tokens);
    for (size_t t = 0; t < n_tokens; t++)
        ids[t] = t < 256 ? 3 : t < 768 ? 8 : (uint32_t)(t % 3);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t other = random_between(0, n_tokens - 1);
        const uint32_t id = ids[t];
        ids[t] = ids[other];
        ids[other] = id;
    }
    return ids;
}

Test(embedding_backward, large_sizes)
{
    const struct gradient g = mostly_one_word(65743);
    try_backward(&g);
    try_backward(&(struct gradient){normals(9), normals(771), whole_bytes_of_words(771),
                                    771, 9, 1});
    try_backward_once(4111, 9001, 1);
    try_backward_once(5, 66013, 1);
    try_backward_once(3, 2, 66013);
    try_backward_once(131, 257, 67);
    judge_passed();
}

// Rows that no position names keep every bit, also of what a sum with 0 would change, and
// infinity and NaN in dout reach one row only.
static void try_odd_rows(size_t vocab_size, size_t d_model)
{
    enum { N_TOKENS = 5 };
    const size_t n = vocab_size * d_model;
    float *start = odd_numbers(n), *wanted = judge_floats(n);
    float *slopes = scaled_normals(N_TOKENS * d_model, 4);
    uint32_t *values = random_ids(N_TOKENS, vocab_size);
    memcpy(wanted, start, n * sizeof *wanted);
    for (size_t t = 0; t < N_TOKENS; t++) // a sum of two: it has one order
        for (size_t i = 0; i < d_model; i++) {
            values[t] = (uint32_t)((values[0] + 2 * t) % vocab_size);
            const size_t at = values[t] * d_model + i;
            start[at] = (float)random_normal();
            if (t == 2 && i == 0)
                slopes[t * d_model] = INFINITY;
            wanted[at] = start[at] + slopes[t * d_model + i];
        }
    fresh_case();
    judge_case(
        "The other rows must stay as they were, bit for bit: some hold NaN or -0.");
    const float *dout = floats_in(slopes, N_TOKENS * d_model);
    const uint32_t *ids = ids_in(values, N_TOKENS);
    float *dwte = floats_inout(start, n);
    expect_accepted(
        CALL(embedding_backward, dwte, dout, ids, N_TOKENS, vocab_size, d_model), dwte);
    expect_bits(dwte, wanted, vocab_size, d_model);
}

Test(embedding_backward, leaves_other_rows)
{
    try_odd_rows(11, 2);
    try_odd_rows(random_between(6, 9) * 2 + 1, random_between(1, 5));
    try_odd_rows(1031, 17);
    judge_passed();
}

// Adding large numbers to small ones and taking them away again does not give the small
// ones back. A row stands behind the last one, so that an id that is one too large is
// seen as accepted, not as a crash.
static void refuse_backward(size_t n_tokens, size_t vocab_size, size_t d_model,
                            const struct bad_id *bad)
{
    const size_t n = (vocab_size + 1) * d_model;
    uint32_t *values = vocab_size == 1  ? many_bad_ids()
                       : vocab_size > 0 ? random_ids(n_tokens, vocab_size)
                                        : judge_ids(n_tokens);
    values[bad->place] = bad->id;
    fresh_case();
    const float *dout =
        floats_in(scaled_normals(n_tokens * d_model, 1e3), n_tokens * d_model);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *dwte = floats_inout(scaled_normals(n, 1e-3), n);
    expect_refused(
        CALL(embedding_backward, dwte, dout, ids, n_tokens, vocab_size, d_model), dwte,
        bad->why);
}

static void refuse_these_ids(const uint32_t *values, size_t n_tokens, size_t vocab_size)
{
    const size_t n = (vocab_size + 1) * 2;
    fresh_case();
    const float *dout = floats_in(scaled_normals(n_tokens * 2, 1e3), n_tokens * 2);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *dwte = floats_inout(scaled_normals(n, 1e-3), n);
    expect_refused(CALL(embedding_backward, dwte, dout, ids, n_tokens, vocab_size, 2),
                   dwte, "an id is vocab_size");
}

static void refuse_ids_at_each_place(size_t vocab_size)
{
    struct bad_ids lists[MOST_BAD_LISTS];
    uint32_t *values = judge_ids(MOST_BAD_IDS);
    const size_t n = list_bad_lists(lists, values, vocab_size);
    fresh_case();
    const float *dout = floats_in(normals(36 * 2), 36 * 2);
    const uint32_t *ids = ids_in(values, MOST_BAD_IDS);
    float *dwte = floats_inout(normals(vocab_size * 2 + 2), vocab_size * 2 + 2);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(embedding_backward, dwte, dout, ids + lists[k].at, lists[k].n, vocab_size,
             2);
    together_now();
    const bool is_whole = is_untouched(dwte);
    for (size_t k = 0; k < n; k++)
        if (returned(k) != 0 || (!is_whole && k < 30))
            refuse_these_ids(values + lists[k].at, lists[k].n, vocab_size);
    if (!is_whole)
        fail_among_many();
}

static void refuse_backwards(size_t n_tokens, size_t vocab_size, size_t d_model,
                             size_t n_bad)
{
    struct bad_id bad[N_BAD];
    list_bad_ids(bad, n_tokens, vocab_size);
    for (size_t k = 0; k < n_bad; k++)
        refuse_backward(n_tokens, vocab_size, d_model, &bad[k]);
}

Test(embedding_backward, refuses_bad_ids)
{
    const struct bad_id no_words = {0, 0, "with vocab_size 0 no id is below it"};
    const struct bad_id whatever = {1, 4, "an id is vocab_size, whatever d_model is"};
    const struct bad_id last = {1030, 20011, "the last id is vocab_size"};
    const struct bad_id single = {0, 6, "the only id is vocab_size"};
    const struct bad_id many = {65536, 1, "all ids but the first are vocab_size"};
    try_random_backward(4, 6, 3);
    refuse_backwards(4, 6, 3, N_BAD);
    refuse_backwards(11, random_between(2, 4), 5, N_PLACES);
    refuse_backwards(66001, 4, 1, N_PLACES);
    refuse_ids_at_each_place(random_between(2, 5));
    refuse_backward(1031, 20011, 3, &last);
    refuse_backward(1, 6, 3, &single);
    refuse_backward(65537, 1, 1, &many);
    refuse_backward(3, 0, 2, &no_words);
    refuse_backward(3, 4, 0, &whatever);
    try_random_backward(4, 6, 3);
    judge_passed();
}

static void try_nothing_to_add(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const float *some = normals(40);
    uint32_t *values = random_ids(n_tokens, vocab_size + (n_tokens == 0));
    fresh_case();
    const float *dout = floats_in(some, n_tokens * d_model);
    const uint32_t *ids = ids_in(values, n_tokens);
    float *dwte = floats_inout(some, vocab_size * d_model + 3);
    expect(
        CALL(embedding_backward, dwte, dout, ids, n_tokens, vocab_size, d_model),
        "embedding_backward must return true here: nothing is wrong, and nothing is to "
        "do.");
    expect(is_untouched(dwte), "embedding_backward changed dwte, and must add nothing.");
}

Test(embedding_backward, accepts_no_ids)
{
    try_random_backward(1, 3, 2);
    try_nothing_to_add(0, 3, 2);
    try_nothing_to_add(0, 0, 2);
    try_nothing_to_add(0, 0, 0);
    try_nothing_to_add(4, 3, 0);
    try_random_backward(3, random_between(2, 6), 2);
    judge_passed();
}

Test(embedding_backward, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_backward(5, 9, 4);
        try_random_backward(3, 2, 1);
        const uint32_t last[3] = {6, 2, 6};
        struct gradient g = random_gradient(3, 7, 4, 1);
        g.ids = last;
        try_backward(&g);
    }
    judge_passed();
}

// ---- 3.3 coalesce_rows ---------------------------------------------------------------

struct list {
    const uint32_t *ids;
    const float *dout;
    size_t n_tokens, d_model;
};

// Each id with its position behind it, ascending: sorted by one byte of the id at a time,
// from the last, equal ones as they were.
static uint64_t *sorted_places(const uint32_t *ids, size_t n)
{
    uint64_t *from = (uint64_t *)(void *)judge_doubles(n),
             *to = (uint64_t *)(void *)judge_doubles(n);
    for (size_t t = 0; t < n; t++)
        from[t] = (uint64_t)ids[t] << 32 | t;
    for (int shift = 32; shift < 64; shift += 8) {
        size_t next[257] = {0};
        for (size_t k = 0; k < n; k++)
            next[(from[k] >> shift & 255) + 1]++;
        for (size_t byte = 0; byte < 256; byte++)
            next[byte + 1] += next[byte];
        for (size_t k = 0; k < n; k++)
            to[next[from[k] >> shift & 255]++] = from[k];
        uint64_t *done = to;
        to = from;
        from = done;
    }
    return from;
}

// What is right: the different ids, ascending, and the sums in the order of t, in double.
// Floats that are added in this order end where they do here; whoever adds more exactly ends
// between the two.
struct coalesced {
    uint32_t *rows;
    double *sums, *off; // [n_rows][d_model]
    size_t n_rows;
};

static struct coalesced coalesce(const struct list *l)
{
    const size_t d = l->d_model, n = l->n_tokens * d;
    struct coalesced c = {judge_ids(l->n_tokens), judge_doubles(n), judge_doubles(n), 0};
    const uint64_t *places = sorted_places(l->ids, l->n_tokens);
    float *narrow = judge_floats(n);
    for (size_t k = 0; k < l->n_tokens; k++) {
        const uint32_t id = (uint32_t)(places[k] >> 32);
        const float *dout = l->dout + (uint32_t)places[k] * d;
        if (c.n_rows == 0 || c.rows[c.n_rows - 1] != id)
            c.rows[c.n_rows++] = id;
        for (size_t i = 0, at = (c.n_rows - 1) * d; i < d; i++, at++) {
            c.sums[at] += (double)dout[i];
            narrow[at] += dout[i];
        }
    }
    for (size_t i = 0; i < c.n_rows * d; i++)
        if (isfinite(c.sums[i]))
            c.off[i] =
                2 * fabs((double)narrow[i] - c.sums[i]) + fabs(c.sums[i]) * 0x1p-23;
    return c;
}

// What is behind the entries that count is room to work in.
static void keep_entries(uint32_t *rows, float *drows, size_t n_rows,
                         const struct list *l)
{
    const size_t kept = n_rows < l->n_tokens ? n_rows : l->n_tokens;
    judge_room(rows, kept * sizeof *rows);
    judge_room(drows, kept * l->d_model * sizeof *drows);
}

static void try_coalesce(const struct list *l)
{
    const struct coalesced right = coalesce(l);
    fresh_case();
    const uint32_t *ids = ids_in(l->ids, l->n_tokens);
    const float *dout = floats_in(l->dout, l->n_tokens * l->d_model);
    uint32_t *rows = ids_out(l->n_tokens);
    float *drows = floats_out(l->n_tokens * l->d_model);
    size_t *n_rows =
        (size_t *)(void *)doubles_out(1); // poison, which is no number of rows
    const bool good =
        CALL(coalesce_rows, rows, drows, n_rows, ids, dout, l->n_tokens, l->d_model);
    keep_entries(rows, drows, *n_rows, l);
    if (l->n_tokens > 0)
        expect_accepted(good, drows);
    expect(good, "coalesce_rows must return true for no ids: nothing is wrong.");
    expect(!is_untouched(n_rows), "*n_rows was never written; wanted %zu.", right.n_rows);
    expect_number("*n_rows", (double)*n_rows, (double)right.n_rows, 0);
    expect_ids(rows, right.rows, right.n_rows);
    expect_floats(drows, right.sums, right.off, right.n_rows, l->d_model);
}

// The smallest id and the largest are among them.
static void try_coalesce_once(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    ids[0] = (uint32_t)vocab_size - 1;
    ids[1] = 0;
    try_coalesce(&(struct list){ids, normals(n_tokens * d_model), n_tokens, d_model});
}

// Three times the same sizes in the same place: other numbers, then one other number, and
// two ids that have changed places.
static void try_random_coalesce(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint32_t *ids = random_ids(n_tokens, vocab_size);
    const size_t n = n_tokens * d_model;
    const float *dout = normals(n);
    try_coalesce(&(struct list){ids, normals(n), n_tokens, d_model});
    try_coalesce(&(struct list){ids, dout, n_tokens, d_model});
    exchange(ids, n_tokens);
    try_coalesce(&(struct list){ids, with_a_change(dout, n), n_tokens, d_model});
}

// Many lists in one process; one that went wrong is tried once more, alone.
static void try_lists(const struct list *l, size_t n)
{
    size_t n_ids = 0, n_dout = 0;
    for (size_t k = 0; k < n; k++) {
        n_ids += l[k].n_tokens;
        n_dout += l[k].n_tokens * l[k].d_model;
    }
    uint32_t *all_ids = judge_ids(n_ids);
    float *douts = judge_floats(n_dout);
    n_ids = n_dout = 0;
    for (size_t k = 0; k < n; k++) {
        memcpy(all_ids + n_ids, l[k].ids, l[k].n_tokens * sizeof *all_ids);
        memcpy(douts + n_dout, l[k].dout, l[k].n_tokens * l[k].d_model * sizeof *douts);
        n_ids += l[k].n_tokens;
        n_dout += l[k].n_tokens * l[k].d_model;
    }
    fresh_case();
    const uint32_t *ids = ids_in(all_ids, n_ids);
    const float *dout = floats_in(douts, n_dout);
    uint32_t *rows = ids_out(n_ids);
    float *drows = floats_out(n_dout);
    size_t *n_rows = (size_t *)(void *)doubles_out(n);
    judge_room(rows, 0); // what counts is looked at here
    judge_room(drows, 0);
    together();
    n_ids = n_dout = 0;
    for (size_t k = 0; k < n; k++) {
        CALL(coalesce_rows, rows + n_ids, drows + n_dout, n_rows + k, ids + n_ids,
             dout + n_dout, l[k].n_tokens, l[k].d_model);
        n_ids += l[k].n_tokens;
        n_dout += l[k].n_tokens * l[k].d_model;
    }
    together_now();
    n_ids = n_dout = 0;
    for (size_t k = 0; k < n; k++) {
        const struct coalesced right = coalesce(&l[k]);
        if (returned(k) == 0 || n_rows[k] != right.n_rows ||
            memcmp(rows + n_ids, right.rows, right.n_rows * sizeof *rows) != 0 ||
            !all_close(drows + n_dout, right.sums, right.off,
                       right.n_rows * l[k].d_model)) {
            try_coalesce(&l[k]);
            fail_among_many();
        }
        n_ids += l[k].n_tokens;
        n_dout += l[k].n_tokens * l[k].d_model;
    }
}

static void try_every_list(void)
{
    struct list l[3 * N_SIZES + N_PATTERNS];
    size_t n = 0;
    for (size_t k = 0; k < 3 * N_SIZES; k++) {
        const size_t s = nth_size(k / 3);
        const size_t n_tokens = k % 3 == 2 ? 1 + s % 4 : s, d_model = k % 3 == 2 ? s : 2;
        uint32_t *ids = random_ids(n_tokens, k % 3 == 2 ? 3 : 9);
        for (size_t t = 0; t < n_tokens && k % 3 == 1; t++) // all different
            ids[t] = (uint32_t)(t * 5003 % 8191 + 7);
        l[n++] = (struct list){ids, half_zeros(n_tokens, d_model), n_tokens, d_model};
    }
    for (size_t k = 0; k < N_PATTERNS; k++) {
        const size_t d_model = random_between(1, 5);
        l[n++] = (struct list){patterns[k], normals(6 * d_model), 6, d_model};
    }
    try_lists(l, n);
}

// PyTorch 1.13, sparse=True: before coalesce 2 4 2 2, after it 2 4, with the sums of 3.2.
Test(coalesce_rows, reference_rows)
{
    const uint32_t mixed[] = {3, 5, 3, 0}, text[] = {5, 3, 5};
    const float orders[] = {1, 10, 100};
    // All ids are below n_tokens, so that a sum that stands by its row is seen to.
    const uint32_t small[] = {1, 4, 4, 0, 4, 1, 4};
    float wholes[7 * 3];
    for (size_t k = 0; k < 7 * 3; k++)
        wholes[k] = (float)random_between(1, 99);
    try_coalesce(&(struct list){small, wholes, 7, 3});
    try_coalesce(&(struct list){mixed, four_slopes, 4, 3});
    try_coalesce(&(struct list){text, orders, 3, 1});
    try_coalesce(&(struct list){four_ids, four_slopes, 4, 3});
    try_coalesce(&(struct list){mixed, normals(12), 4, 3});
    try_random_coalesce(4, 6, 3);
    judge_passed();
}

Test(coalesce_rows, random_batches)
{
    for (int draw = 0; draw < 7; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(8, 40);
        size_t d_model = draw == 1 ? 1 : random_between(2, 7);
        size_t vocab_size = draw == 2 ? 1 : random_between(9, 60);
        (draw == 1 || draw == 2 ? try_coalesce_once
                                : try_random_coalesce)(n_tokens, vocab_size, d_model);
    }
    float *slopes = normals(20);
    uint32_t *ids = random_ids(10, 5);
    slopes[2 * 3] = NAN; // it reaches its own row, which has no other slopes
    slopes[random_between(10, 19)] = INFINITY;
    ids[3] = 5;
    try_coalesce(&(struct list){ids, slopes, 10, 2});
    try_every_list();
    for (int k = -40; k < 40; k += 25) // small numbers are not zero
        try_coalesce(
            &(struct list){random_ids(9, 4), scaled_normals(18, pow(10, k)), 9, 2});
    judge_passed();
}

// For each of a few ids: large numbers that cancel, two by two, and only then a small
// one. Added in another order the small one is rounded away.
static void try_cancelling(size_t n_ids, size_t n_pairs, size_t d_model)
{
    const size_t n_tokens = n_ids * (2 * n_pairs + 1);
    uint32_t *ids = judge_ids(n_tokens), *seen = judge_ids(n_ids);
    float *dout = normals(n_tokens * d_model), *held = judge_floats(n_ids * d_model);
    for (size_t t = 0; t < n_tokens;) {
        const size_t id = random_between(0, n_ids - 1);
        if (seen[id] > 2 * n_pairs)
            continue;
        for (size_t i = 0; i < d_model && seen[id] < 2 * n_pairs; i++) {
            float *large = &held[id * d_model + i];
            *large = seen[id] % 2 == 1 ? -*large : (float)random_between(1, 99) * 1e8f;
            dout[t * d_model + i] = *large;
        }
        seen[id]++;
        ids[t++] = (uint32_t)(3 * id);
    }
    try_coalesce(&(struct list){ids, dout, n_tokens, d_model});
}

// Ids whose rows are zeros or sum to zero, between others.
static void try_empty_sums(size_t d_model)
{
    const uint32_t ids[] = {8, 2, 5, 8, 0, 2, 6};
    float *dout = normals(7 * d_model);
    for (size_t i = 0; i < d_model; i++) {
        dout[3 * d_model + i] = -dout[i];
        dout[4 * d_model + i] = 0;
        dout[6 * d_model + i] = -0.0f;
    }
    judge_remark("A row whose orders cancel out keeps its entry.");
    try_coalesce(&(struct list){ids, dout, 7, d_model});
    judge_remark(NULL);
}

// ids that are all different, far apart and in no order
static void try_all_different(size_t n_tokens, size_t d_model)
{
    uint32_t *ids = judge_ids(n_tokens);
    const uint32_t start = judge_random();
    for (size_t t = 0; t < n_tokens; t++)
        ids[t] = start + (uint32_t)t * 2654435761u;
    try_coalesce(&(struct list){ids, normals(n_tokens * d_model), n_tokens, d_model});
}

Test(coalesce_rows, sums_in_order)
{
    try_all_different(5, 2);
    try_empty_sums(random_between(1, 3));
    try_empty_sums(1);
    judge_remark("Each sum is added up in the order of t.");
    for (int draw = 0; draw < 3; draw++)
        try_cancelling(random_between(1, 5), random_between(1, 3), 2);
    try_cancelling(7, 20, 1);
    judge_passed();
}

Test(coalesce_rows, large_sizes)
{
    const struct gradient g = mostly_one_word(66001);
    try_coalesce(&(struct list){g.ids, g.dout, g.n_tokens, 1});
    try_coalesce(&(struct list){whole_bytes_of_words(771), normals(771), 771, 1});
    try_all_different(4111, 1);
    try_coalesce_once(3, 2, 66013);
    try_coalesce_once(1031, 400, 65);
    judge_passed();
}

// The largest id there is comes first, last and more than once, beside the smallest.
Test(coalesce_rows, distant_ids)
{
    uint32_t ids[] = {3000000000u, 3000000001u, 0,          UINT32_MAX,
                      0x80000000u, 5,           3000000000u};
    try_random_coalesce(7, 5, 2);
    judge_remark(
        "Two ids can be more than an int apart, and each number can be an id: compare "
        "with < and >, and keep no array as long as the largest id.");
    for (int draw = 0; draw < 4; draw++) {
        try_coalesce(&(struct list){ids, normals(14), 7, 2});
        for (size_t t = 0; t < 7; t++)
            ids[t] = judge_random();
        ids[0] = draw % 2 == 0 ? UINT32_MAX : 0;
        ids[6] = draw > 0 ? UINT32_MAX : ids[2];
    }
    try_coalesce(&(struct list){ids + 6, normals(2), 1, 2});
    ids[1] = ids[0] = UINT32_MAX;
    try_coalesce(&(struct list){ids, normals(7), 7, 1});
    judge_passed();
}

Test(coalesce_rows, accepts_no_ids)
{
    try_random_coalesce(4, 6, 3);
    try_coalesce(&(struct list){four_ids, four_slopes, 0, 3});
    try_coalesce(&(struct list){four_ids, four_slopes, 0, 1});
    try_random_coalesce(4, random_between(2, 6), 3);
    judge_passed();
}

static void refuse_coalesce(size_t n_tokens)
{
    const char *why = n_tokens > 0 ? "d_model is 0" : "d_model is 0, with or without ids";
    uint32_t *values = random_ids(n_tokens, 6);
    fresh_case();
    const uint32_t *ids = ids_in(values, n_tokens);
    const float *dout = floats_in(four_slopes, 12);
    uint32_t *rows = ids_out(n_tokens + 1);
    float *drows = floats_out(12);
    size_t *n_rows = (size_t *)(void *)doubles_out(1);
    const bool good = CALL(coalesce_rows, rows, drows, n_rows, ids, dout, n_tokens, 0);
    expect_refused(good, drows, why);
    expect_refused(good, rows, why);
    expect_refused(good, n_rows, why);
}

Test(coalesce_rows, refuses_no_columns)
{
    try_random_coalesce(4, 6, 3);
    refuse_coalesce(4);
    refuse_coalesce(1);
    refuse_coalesce(0);
    refuse_coalesce(9001);
    try_random_coalesce(4, random_between(2, 6), 3);
    judge_passed();
}

Test(coalesce_rows, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_coalesce(6, 4, 3);
        try_all_different(5, 4);
    }
    judge_passed();
}

// ---- 3.4 sgd_update_rows -------------------------------------------------------------

struct update {
    const float *start, *drows;
    const uint32_t *rows;
    float rate;
    size_t n_rows, vocab_size, d_model;
    size_t behind; // entries of drows that can be read, and do not count
};

// start - rate * drows; the product and the difference are rounded, or only one of them.
static struct sums updated(const struct update *u)
{
    const size_t d = u->d_model, n = u->vocab_size * d;
    double *wanted = as_doubles(u->start, n), *allowed = judge_doubles(n);
    for (size_t k = 0; k < u->n_rows; k++)
        for (size_t i = 0; i < d; i++) {
            const size_t at = u->rows[k] * d + i;
            const double step = (double)u->rate * (double)u->drows[k * d + i];
            const double size = fabs(wanted[at]) + 2 * fabs(step);
            wanted[at] -= step;
            allowed[at] = isfinite(size) ? size * 0x1p-23 + 0x1p-148 : 0;
        }
    return (struct sums){wanted, allowed};
}

static void expect_updated(const float *wte, const struct update *u)
{
    const struct sums right = updated(u);
    expect_floats(wte, right.values, right.off, u->vocab_size, u->d_model);
}

static bool call_update(float **wte, const struct update *u)
{
    fresh_case();
    const uint32_t *rows = ids_in(u->rows, u->n_rows);
    const float *drows = floats_in(u->drows, (u->n_rows + u->behind) * u->d_model);
    *wte = floats_inout(u->start, u->vocab_size * u->d_model);
    return CALL(sgd_update_rows, *wte, rows, drows, u->rate, u->n_rows, u->vocab_size,
                u->d_model);
}

static void try_update(const struct update *u)
{
    float *wte;
    const bool good = call_update(&wte, u);
    expect_accepted(good, wte);
    expect_updated(wte, u);
}

// n_rows different rows, ascending
static uint32_t *random_rows(size_t n_rows, size_t vocab_size)
{
    uint32_t *rows = judge_ids(n_rows);
    size_t k = 0;
    for (size_t v = 0; v < vocab_size && k < n_rows; v++)
        if (random_between(0, vocab_size - v - 1) < n_rows - k)
            rows[k++] = (uint32_t)v;
    return rows;
}

// Numbers of any size, and gradients that are none.
static void try_scaled_update(double scale, float rate)
{
    const size_t vocab_size = random_between(7, 12);
    float *slopes = scaled_normals(5 * 3, scale);
    if (scale == 1) {
        slopes[random_between(0, 7)] = NAN;
        slopes[random_between(8, 14)] = -INFINITY;
    }
    try_update(&(struct update){scaled_normals(vocab_size * 3, scale * (double)rate),
                                slopes, random_rows(5, vocab_size), rate, 5, vocab_size,
                                3, 0});
}

static void try_update_once(size_t n_rows, size_t vocab_size, size_t d_model, float rate)
{
    try_update(&(struct update){normals(vocab_size * d_model), normals(n_rows * d_model),
                                random_rows(n_rows, vocab_size), rate, n_rows, vocab_size,
                                d_model, 0});
}

// Three times the same sizes in the same place: other numbers, then one other number, and
// other rows.
static void try_random_update(size_t n_rows, size_t vocab_size, size_t d_model,
                              float rate)
{
    const size_t n = vocab_size * d_model, m = n_rows * d_model;
    uint32_t *rows = random_rows(n_rows, vocab_size);
    struct update u = {normals(n), normals(m), rows,    rate,
                       n_rows,     vocab_size, d_model, 0};
    try_update(&u);
    u.start = normals(n);
    u.drows = normals(m);
    try_update(&u);
    u.rows = random_rows(n_rows, vocab_size);
    u.drows = with_a_change(u.drows, m);
    try_update(&u);
}

// Many updates in one process; one that went wrong is tried once more, alone.
static void try_updates(const struct update *u, size_t n)
{
    size_t n_start = 0, n_drows = 0, n_rows = 0;
    for (size_t k = 0; k < n; k++) {
        n_start += u[k].vocab_size * u[k].d_model;
        n_drows += u[k].n_rows * u[k].d_model;
        n_rows += u[k].n_rows;
    }
    float *starts = judge_floats(n_start), *all_drows = judge_floats(n_drows);
    uint32_t *all_rows = judge_ids(n_rows);
    n_start = n_drows = n_rows = 0;
    for (size_t k = 0; k < n; k++) {
        memcpy(starts + n_start, u[k].start,
               u[k].vocab_size * u[k].d_model * sizeof *starts);
        memcpy(all_drows + n_drows, u[k].drows,
               u[k].n_rows * u[k].d_model * sizeof *all_drows);
        memcpy(all_rows + n_rows, u[k].rows, u[k].n_rows * sizeof *all_rows);
        n_start += u[k].vocab_size * u[k].d_model;
        n_drows += u[k].n_rows * u[k].d_model;
        n_rows += u[k].n_rows;
    }
    fresh_case();
    const uint32_t *rows = ids_in(all_rows, n_rows);
    const float *drows = floats_in(all_drows, n_drows);
    float *wte = floats_inout(starts, n_start);
    together();
    n_start = n_drows = n_rows = 0;
    for (size_t k = 0; k < n; k++) {
        CALL(sgd_update_rows, wte + n_start, rows + n_rows, drows + n_drows, u[k].rate,
             u[k].n_rows, u[k].vocab_size, u[k].d_model);
        n_start += u[k].vocab_size * u[k].d_model;
        n_drows += u[k].n_rows * u[k].d_model;
        n_rows += u[k].n_rows;
    }
    together_now();
    n_start = 0;
    for (size_t k = 0; k < n; n_start += u[k].vocab_size * u[k].d_model, k++) {
        const struct sums right = updated(&u[k]);
        if (returned(k) != 0 && all_close(wte + n_start, right.values, right.off,
                                          u[k].vocab_size * u[k].d_model))
            continue;
        try_update(&u[k]);
        fail_among_many();
    }
}

static void try_every_update(void)
{
    struct update u[3 * N_SIZES];
    for (size_t k = 0; k < 3 * N_SIZES; k++) {
        const size_t s = nth_size(k / 3);
        const size_t n_rows = k % 3 == 2 ? 1 + s % 3 : s;
        const size_t vocab_size = k % 3 == 0 ? s + 2 : k % 3 == 1 ? s : 7;
        const size_t d_model = k % 3 == 2 ? s : 2;
        u[k] = (struct update){half_zeros(vocab_size, d_model),
                               half_zeros(n_rows, d_model),
                               random_rows(n_rows, vocab_size),
                               k % 4 == 3 ? -1.25f : 0.75f,
                               n_rows,
                               vocab_size,
                               d_model,
                               0};
    }
    try_updates(u, 3 * N_SIZES);
}

Test(sgd_update_rows, worked_example)
{
    // drows has as much room behind its entries as a list that was coalesced may have.
    const float ones[] = {1, 1, 1, 1, 1, 1, 1}, slopes[] = {10, 101, 7, 20, 33, 64, 90};
    const uint32_t rows[] = {3, 5};
    try_update(&(struct update){ones, slopes, rows, 0.5f, 2, 7, 1, 5});
    try_update(&(struct update){ones, normals(2), rows, 0.5f, 2, 7, 1, 0});
    try_random_update(2, 7, 1, 0.5f);
    judge_passed();
}

Test(sgd_update_rows, random_tables)
{
    const float rates[] = {0.375f, 2, 0, -0.75f, 1e-30f, 1e20f, 1e-6f, NAN, INFINITY};
    const double scales[] = {1, 1e-8, 1e-20, 1e-40, 1e30};
    for (size_t draw = 0; draw < sizeof rates / sizeof *rates; draw++) {
        size_t vocab_size = draw == 1 ? 1 : random_between(12, 40);
        size_t d_model = draw == 2 ? 1 : random_between(2, 11);
        size_t n_rows = draw == 1 ? 1 : random_between(2, 9);
        (draw < 4 ? try_random_update : try_update_once)(n_rows, vocab_size, d_model,
                                                         rates[draw]);
    }
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        try_scaled_update(scales[s], 0.75f);
    try_scaled_update(1e25, 1e-25f);
    try_update_once(1, 5, 1, 0.75f); // a single number
    try_every_update();
    judge_passed();
}

Test(sgd_update_rows, large_sizes)
{
    try_update_once(66001, 70001, 1, 0.375f);
    try_update_once(5003, 6007, 2, 0.375f);
    try_update_once(2, 3, 66013, 0.375f);
    try_update_once(67, 131, 65, 0.375f);
    judge_passed();
}

// The rows on the list hold numbers whose steps are exact, the others what a step of 0
// would change.
static void try_other_rows(size_t n_rows, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model, m = n_rows * d_model;
    float *start = odd_numbers(n), *slopes = judge_floats(m), *wanted = judge_floats(n);
    uint32_t *rows = random_rows(n_rows, vocab_size);
    memcpy(wanted, start, n * sizeof *wanted);
    for (size_t k = 0; k < m; k++) {
        const size_t at = rows[k / d_model] * d_model + k % d_model;
        slopes[k] = (float)random_between(1, 500);
        start[at] = (float)random_between(1, 500);
        wanted[at] = start[at] - 0.5f * slopes[k];
        wanted[at] = wanted[at] == 0 ? ++start[at] - 0.5f * slopes[k] : wanted[at];
    }
    float *wte;
    const struct update u = {start, slopes, rows, 0.5f, n_rows, vocab_size, d_model, 0};
    const bool good = call_update(&wte, &u);
    judge_case(
        "The other rows must stay as they were, bit for bit: some hold NaN or -0.");
    expect_accepted(good, wte);
    expect_bits(wte, wanted, vocab_size, d_model);
}

Test(sgd_update_rows, leaves_other_rows)
{
    try_other_rows(2, 5, 2);
    try_other_rows(random_between(1, 4), random_between(6, 20), random_between(1, 4));
    try_other_rows(31, 1031, 17);
    judge_passed();
}

enum bad_list {
    TWICE_FIRST,
    TWICE_INSIDE,
    TWICE_LAST,
    FALLS_FIRST,
    FALLS_INSIDE,
    FALLS_LAST,
    LAST_IS_TOO_LARGE,
    N_BAD_PLACES, // those above are about the place, the others about the row
    LAST_IS_LARGEST = N_BAD_PLACES,
    FIRST_IS_LARGEST,
    INSIDE_IS_HUGE,
    LAST_ENDS_GOOD,
    N_BAD_LISTS
};

static void spoil_order(uint32_t *row)
{
    const uint32_t before = row[-1];
    row[-1] = row[0];
    row[0] = before;
}

// Makes a good list of at least three rows a bad one; says why it is.
static const char *spoil(uint32_t *rows, size_t n, size_t vocab_size, enum bad_list how)
{
    const size_t places[] = {1, n / 2, n - 1};
    const size_t k = places[how < FALLS_FIRST         ? how
                            : how < LAST_IS_TOO_LARGE ? how - 3
                                                      : 0];
    const uint32_t before = rows[k - 1];
    if (how < FALLS_FIRST) {
        rows[k] = before;
        return "a row is on the list twice, so it is not coalesced";
    }
    if (how < LAST_IS_TOO_LARGE) {
        rows[k - 1] = rows[k];
        rows[k] = before;
        return "a row follows a larger one, and rows must ascend";
    }
    rows[how == FIRST_IS_LARGEST ? 0
         : how == INSIDE_IS_HUGE ? n / 2
                                 : n - 1] =
        how == LAST_IS_TOO_LARGE ? (uint32_t)vocab_size
        : how == LAST_ENDS_GOOD  ? (uint32_t)vocab_size + 65535
        : how == INSIDE_IS_HUGE  ? 0x80000000u
                                 : UINT32_MAX;
    return how == LAST_IS_TOO_LARGE
               ? "the last row is vocab_size, and the largest allowed is vocab_size - 1"
               : "a row is far from below vocab_size";
}

// Adding large numbers to small ones and taking them away again does not give the small
// ones back. A row stands behind the last one, so that a row that is one too large is
// seen as accepted, not as a crash.
static void refuse_update(const uint32_t *values, size_t n_rows, size_t vocab_size,
                          size_t d_model, float rate, const char *why)
{
    const size_t n = (vocab_size + 1) * d_model, m = n_rows * d_model;
    const float *start = scaled_normals(n, 1e-3), *slopes = scaled_normals(m, 1e3);
    fresh_case();
    const uint32_t *rows = ids_in(values, n_rows);
    const float *drows = floats_in(slopes, m);
    float *wte = floats_inout(start, n);
    expect_refused(
        CALL(sgd_update_rows, wte, rows, drows, rate, n_rows, vocab_size, d_model), wte,
        why);
}

// Lists that ascend but at one place, where a row is there twice, or follows a larger one.
static void refuse_at_each_place(void)
{
    enum { N = 35, VOCAB = 40 };
    uint32_t *values = judge_ids(2 * N * N);
    for (size_t k = 0; k < 2 * N; k++) {
        uint32_t *rows = values + k * N;
        const size_t place = k / 2 > 0 ? k / 2 : 1;
        memcpy(rows, random_rows(N, VOCAB), N * sizeof *rows);
        if (k % 2 == 0)
            rows[place] = rows[place - 1];
        else
            spoil_order(rows + place);
    }
    fresh_case();
    const uint32_t *rows = ids_in(values, 2 * N * N);
    const float *drows = floats_in(normals(N * 2), N * 2);
    float *wte = floats_inout(normals(VOCAB * 2), VOCAB * 2);
    together();
    for (size_t k = 0; k < 2 * N; k++)
        CALL(sgd_update_rows, wte, rows + k * N, drows, 0.5f, N, VOCAB, 2);
    together_now();
    const bool is_whole = is_untouched(wte);
    for (size_t k = 0; k < 2 * N; k++)
        if (returned(k) != 0 || (!is_whole && k < 30))
            refuse_update(values + k * N, N, VOCAB, 2, 0.5f,
                          "rows must ascend, each larger than the one before");
    if (!is_whole)
        fail_among_many();
}

static void refuse_updates(size_t n_rows, size_t vocab_size, size_t d_model, size_t n_bad)
{
    const float rates[] = {0.5f, 0, -0.5f};
    for (size_t how = 0; how < n_bad; how++) {
        uint32_t *rows = random_rows(n_rows, vocab_size);
        const char *why = spoil(rows, n_rows, vocab_size, (enum bad_list)how);
        refuse_update(rows, n_rows, vocab_size, d_model, rates[how % 3], why);
    }
}

Test(sgd_update_rows, refuses_bad_rows)
{
    const uint32_t only[] = {6}, largest[] = {UINT32_MAX}, good[] = {0, 2};
    const uint32_t both[] = {2, 2, 6}, twice[] = {3, 3};
    uint32_t *ascending = judge_ids(65538);
    const float rate = (float)random_between(1, 9) / 8;
    try_random_update(3, 6, 3, rate);
    refuse_updates(4, 6, 3, N_BAD_LISTS);
    refuse_updates(9, random_between(12, 20), 2, N_BAD_PLACES);
    refuse_updates(5003, 9001, 1, N_BAD_PLACES);
    refuse_at_each_place();
    refuse_update(judge_ids(65537), 65537, 6, 1, rate, "row 0 is there 65,537 times");
    for (uint32_t k = 0; k < 65537; k++)
        ascending[k] = k;
    ascending[65537] = 65539;
    refuse_update(ascending, 65538, 65539, 1, rate, "the last row is vocab_size");
    refuse_update(only, 1, 6, 3, rate, "rows[0] is 6, and the largest is 5");
    refuse_update(largest, 1, 6, 3, rate, "rows[0] is 4294967295");
    refuse_update(largest, 1, 6, 3, 0, "rows[0] is 4294967295, whatever the rate is");
    refuse_update(both, 3, 6, 3, rate, "row 2 is there twice, and 6 is not below 6");
    refuse_update(good, 2, 0, 3, rate, "with vocab_size 0 no row is below it");
    refuse_update(twice, 2, 6, 0, rate, "row 3 is there twice, whatever d_model is");
    try_random_update(3, 6, 3, rate);
    judge_passed();
}

static void try_nothing_to_move(size_t n_rows, size_t vocab_size, size_t d_model)
{
    const float *some = normals(40);
    uint32_t *values = random_rows(n_rows, vocab_size);
    fresh_case();
    const uint32_t *rows = ids_in(values, n_rows);
    const float *drows = floats_in(some, n_rows * d_model);
    float *wte = floats_inout(some, vocab_size * d_model + 3);
    expect(
        CALL(sgd_update_rows, wte, rows, drows, 0.5f, n_rows, vocab_size, d_model),
        "sgd_update_rows must return true here: nothing is wrong, and nothing is to do.");
    expect(is_untouched(wte), "sgd_update_rows changed wte, and must move nothing.");
}

Test(sgd_update_rows, accepts_no_rows)
{
    try_random_update(1, 3, 2, 0.5f);
    try_nothing_to_move(0, 3, 2);
    try_nothing_to_move(0, 0, 2);
    try_nothing_to_move(0, 0, 0);
    try_nothing_to_move(3, 5, 0);
    try_random_update(2, random_between(3, 6), 2, 0.5f);
    judge_passed();
}

Test(sgd_update_rows, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_update(3, 9, 4, 0.25f);
        try_random_update(2, 2, 1, 0.25f);
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

// What is right after one step, and how far from it the arithmetic of floats may end: a
// sum of n rounded terms is off by less than n 2^-23 of the sum of their sizes, and what
// goes into a formula with an error comes out with it.
struct moved {
    double loss, loss_off;
    double *wte, *wte_off, *lm_head, *lm_head_off;
};

static struct sums room_for_sums(size_t n)
{
    return (struct sums){judge_doubles(n), judge_doubles(n)};
}

// the largest error of a logit, for each row: `off` [n_tokens]
static struct sums logits_of(const struct step *s)
{
    struct sums z = {judge_doubles(s->n_tokens * s->vocab_size),
                     judge_doubles(s->n_tokens)};
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t v = 0; v < s->vocab_size; v++) {
            double size = 0;
            for (size_t i = 0; i < s->d_model; i++) {
                const double term = (double)s->lm_head[v * s->d_model + i] *
                                    (double)s->wte[s->inputs[t] * s->d_model + i];
                z.values[t * s->vocab_size + v] += term;
                size += fabs(term);
            }
            z.off[t] = fmax(z.off[t], size * (double)(s->d_model + 1) * 0x1p-23);
        }
    return z;
}

// the loss, and dlogits with its error
static struct softmax slopes_of(const struct step *s)
{
    const struct sums z = logits_of(s);
    struct softmax p = softmax_of(z.values, s->targets, s->n_tokens, s->vocab_size);
    for (size_t t = 0; t < s->n_tokens; t++) {
        const double each = 2 * z.off[t] / (double)s->n_tokens;
        p.loss_off += each;
        for (size_t v = 0; v < s->vocab_size; v++)
            p.slopes_off[t * s->vocab_size + v] += each * p.p[t * s->vocab_size + v];
    }
    return p;
}

static struct sums dhidden_of(const struct step *s, const struct softmax *dlogits)
{
    struct sums h = room_for_sums(s->n_tokens * s->d_model);
    const double rounding = (double)(s->vocab_size + 1) * 0x1p-23;
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t v = 0; v < s->vocab_size; v++) {
            const double slope = dlogits->slopes[t * s->vocab_size + v];
            const double off = dlogits->slopes_off[t * s->vocab_size + v];
            for (size_t i = 0; i < s->d_model; i++) {
                const double u = (double)s->lm_head[v * s->d_model + i];
                h.values[t * s->d_model + i] += slope * u;
                h.off[t * s->d_model + i] += fabs(u) * (off + fabs(slope) * rounding);
            }
        }
    return h;
}

static void move_head(struct moved *m, const struct step *s,
                      const struct softmax *dlogits)
{
    const double rounding = (double)(s->n_tokens + 2) * 0x1p-23;
    for (size_t k = 0; k < s->vocab_size * s->d_model; k++)
        m->lm_head_off[k] = fabs(m->lm_head[k]) * rounding;
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t v = 0; v < s->vocab_size; v++) {
            const double slope = dlogits->slopes[t * s->vocab_size + v];
            const double off = dlogits->slopes_off[t * s->vocab_size + v];
            for (size_t i = 0; i < s->d_model; i++) {
                const double h = (double)s->wte[s->inputs[t] * s->d_model + i] * s->rate;
                m->lm_head[v * s->d_model + i] -= slope * h;
                m->lm_head_off[v * s->d_model + i] +=
                    fabs(h) * (off + fabs(slope) * rounding);
            }
        }
}

static void move_wte(struct moved *m, const struct step *s, const struct sums *dhidden)
{
    const double rounding = (double)(s->n_tokens + 2) * 0x1p-23;
    for (size_t t = 0; t < s->n_tokens; t++)
        for (size_t i = 0; i < s->d_model; i++) {
            const size_t at = s->inputs[t] * s->d_model + i;
            const double move = s->rate * dhidden->values[t * s->d_model + i];
            m->wte[at] -= move;
            m->wte_off[at] = fmax(m->wte_off[at], fabs((double)s->wte[at]) * rounding);
            m->wte_off[at] +=
                fabs(move) * rounding + fabs(s->rate) * dhidden->off[t * s->d_model + i];
        }
}

static struct moved take_step(const struct step *s)
{
    const size_t n = s->vocab_size * s->d_model;
    const struct softmax dlogits = slopes_of(s);
    const struct sums dhidden = dhidden_of(s, &dlogits);
    struct moved m = {dlogits.loss,     dlogits.loss_off,          as_doubles(s->wte, n),
                      judge_doubles(n), as_doubles(s->lm_head, n), judge_doubles(n)};
    move_head(&m, s, &dlogits);
    move_wte(&m, s, &dhidden);
    return m;
}

// What a test hands over besides the tables: room to work in, which is compared with
// nothing.
struct room {
    float *logits, *dhidden, *drows;
    uint32_t *rows;
};

static struct room make_room(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const struct room room = {floats_out(n_tokens * vocab_size),
                              floats_out(n_tokens * d_model),
                              floats_out(n_tokens * d_model), ids_out(n_tokens)};
    judge_room(room.logits, 0);
    judge_room(room.dhidden, 0);
    judge_room(room.drows, 0);
    judge_room(room.rows, 0);
    return room;
}

// Makes the call; gives the loss, and the tables as they then are.
static double call_step(float **wte, float **lm_head, const struct step *s)
{
    const size_t n = s->vocab_size * s->d_model;
    fresh_case();
    const uint32_t *inputs = ids_in(s->inputs, s->n_tokens);
    const bool shared = s->targets == s->inputs;
    const uint32_t *targets = shared ? inputs : ids_in(s->targets, s->n_tokens);
    if (shared)
        judge_case("inputs and targets are the same array.");
    *wte = floats_inout(s->wte, n);
    *lm_head = floats_inout(s->lm_head, n);
    const struct room room = make_room(s->n_tokens, s->vocab_size, s->d_model);
    const double loss = (double)CALL(
        train_step, *wte, *lm_head, room.logits, room.dhidden, room.drows, room.rows,
        inputs, targets, (float)s->rate, s->n_tokens, s->vocab_size, s->d_model);
    if (isnan(loss) && !shared)
        judge_remark(
            "train_step rests on exercises 3.1, 3.3 and 3.4: are they written? And "
            "logits holds rubbish when you get it: is it set before you add?");
    return loss;
}

// What was never set goes from room to room until it arrives in a table, where it looks as
// if the table had never been written.
static void expect_no_rubbish(const char *name, const float *table, const double *right,
                              const struct step *s)
{
    for (size_t k = 0; k < s->vocab_size * s->d_model; k++)
        expect(!isnan(table[k]) || isnan(right[k]),
               "%s[%zu][%zu] is NaN: dhidden and drows hold rubbish when you get them, "
               "and some of it has come in here.",
               name, k / s->d_model, k % s->d_model);
}

static void try_step(const struct step *s)
{
    float *wte, *lm_head;
    const struct moved right = take_step(s);
    const double loss = call_step(&wte, &lm_head, s);
    expect_number("the loss", loss, right.loss, right.loss_off);
    expect_no_rubbish("lm_head", lm_head, right.lm_head, s);
    expect_no_rubbish("wte", wte, right.wte, s);
    expect_floats(lm_head, right.lm_head, right.lm_head_off, s->vocab_size, s->d_model);
    expect_floats(wte, right.wte, right.wte_off, s->vocab_size, s->d_model);
}

static struct step random_step(size_t n_tokens, size_t vocab_size, size_t d_model,
                               double scale, double rate)
{
    return (struct step){scaled_normals(vocab_size * d_model, scale),
                         scaled_normals(vocab_size * d_model, scale),
                         random_ids(n_tokens, vocab_size),
                         random_ids(n_tokens, vocab_size),
                         rate,
                         n_tokens,
                         vocab_size,
                         d_model};
}

// Long rows hold small numbers, so that the logits do not grow with them.
static void try_step_once(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const double scale = d_model < 100 ? 0.7 : 0.05;
    const struct step s = random_step(n_tokens, vocab_size, d_model, scale, 1.5);
    try_step(&s);
}

// An input and a target are the largest id.
static void try_last_word(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct step s = random_step(n_tokens, vocab_size, d_model, 0.7, 1.5);
    uint32_t *inputs = random_ids(n_tokens, vocab_size),
             *targets = random_ids(n_tokens, vocab_size);
    inputs[n_tokens - 1] = targets[0] = (uint32_t)vocab_size - 1;
    s.inputs = inputs;
    s.targets = targets;
    try_step(&s);
}

// Twice the same sizes in the same place: the second time, one number in the middle of each
// table is another, and ids have changed places.
static void try_random_step(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    struct step s = random_step(n_tokens, vocab_size, d_model, 0.7, 1.5);
    uint32_t *inputs = judge_ids(n_tokens), *targets = judge_ids(n_tokens);
    memcpy(inputs, s.inputs, n_tokens * sizeof *inputs);
    memcpy(targets, s.targets, n_tokens * sizeof *targets);
    try_step(&s);
    exchange(inputs, n_tokens);
    exchange(targets, n_tokens);
    s.inputs = inputs;
    s.targets = targets;
    s.wte = with_a_change(s.wte, n);
    s.lm_head = with_a_change(s.lm_head, n);
    try_step(&s);
}

// Many steps in one process; one that went wrong is tried once more, alone.
static void try_steps(const struct step *s, size_t n)
{
    size_t n_table = 0, n_ids = 0, most[3] = {0};
    for (size_t k = 0; k < n; k++) {
        const size_t sizes[3] = {s[k].n_tokens * s[k].vocab_size,
                                 s[k].n_tokens * s[k].d_model, s[k].n_tokens};
        for (size_t i = 0; i < 3; i++)
            most[i] = sizes[i] > most[i] ? sizes[i] : most[i];
        n_table += s[k].vocab_size * s[k].d_model;
        n_ids += s[k].n_tokens;
    }
    float *start = judge_floats(n_table), *start_head = judge_floats(n_table);
    uint32_t *all_inputs = judge_ids(n_ids), *all_targets = judge_ids(n_ids);
    n_table = n_ids = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t here = s[k].vocab_size * s[k].d_model;
        memcpy(start + n_table, s[k].wte, here * sizeof *start);
        memcpy(start_head + n_table, s[k].lm_head, here * sizeof *start);
        memcpy(all_inputs + n_ids, s[k].inputs, s[k].n_tokens * sizeof *all_inputs);
        memcpy(all_targets + n_ids, s[k].targets, s[k].n_tokens * sizeof *all_inputs);
        n_table += here;
        n_ids += s[k].n_tokens;
    }
    fresh_case();
    const uint32_t *inputs = ids_in(all_inputs, n_ids);
    const uint32_t *targets = ids_in(all_targets, n_ids);
    float *wte = floats_inout(start, n_table);
    float *lm_head = floats_inout(start_head, n_table);
    const struct room room = {floats_out(most[0]), floats_out(most[1]),
                              floats_out(most[1]), ids_out(most[2])};
    judge_room(room.logits, 0);
    judge_room(room.dhidden, 0);
    judge_room(room.drows, 0);
    judge_room(room.rows, 0);
    together();
    n_table = n_ids = 0;
    for (size_t k = 0; k < n; k++) {
        CALL(train_step, wte + n_table, lm_head + n_table, room.logits, room.dhidden,
             room.drows, room.rows, inputs + n_ids, targets + n_ids, (float)s[k].rate,
             s[k].n_tokens, s[k].vocab_size, s[k].d_model);
        n_table += s[k].vocab_size * s[k].d_model;
        n_ids += s[k].n_tokens;
    }
    together_now();
    n_table = 0;
    for (size_t k = 0; k < n; n_table += s[k].vocab_size * s[k].d_model, k++) {
        const size_t here = s[k].vocab_size * s[k].d_model;
        const struct moved right = take_step(&s[k]);
        if (fabs(returned(k) - right.loss) <= right.loss_off &&
            all_close(lm_head + n_table, right.lm_head, right.lm_head_off, here) &&
            all_close(wte + n_table, right.wte, right.wte_off, here))
            continue;
        try_step(&s[k]);
        fail_among_many();
    }
}

static void try_every_step(void)
{
    struct step s[3 * N_SIZES + 2 * N_PATTERNS];
    size_t n = 0;
    for (size_t k = 0; k < 3 * N_SIZES; k++) {
        const size_t size = nth_size(k / 3);
        const size_t n_tokens = k % 3 == 0 ? size : 1 + size % 2,
                     vocab_size = k % 3 == 1 ? size : 4, d_model = k % 3 == 2 ? size : 2;
        s[n++] = random_step(n_tokens, vocab_size, d_model, d_model < 100 ? 0.7 : 0.05,
                             // so that no position's share is small
                             (k % 5 == 4 ? -0.5 : 1) * (double)n_tokens);
    }
    for (size_t k = 0; k < 2 * N_PATTERNS; k++) {
        float *wte = half_zeros(9, 3), *lm_head = half_zeros(9, 3);
        s[n] = random_step(6, 9, 3, 0.7, 1.5);
        for (size_t v = 0; v < 9; v++) // each row of one of the tables begins with 0
            (k % 2 == 0 ? wte : lm_head)[v * 3] = 0;
        s[n].wte = wte;
        s[n].lm_head = k % 3 == 0 ? wte : lm_head; // also two tables of the same numbers
        s[n].inputs = patterns[k % N_PATTERNS];
        s[n++].targets = patterns[(k + k / N_PATTERNS * 3) % N_PATTERNS];
    }
    try_steps(s, n);
}

Test(train_step, pencil_case)
{
    const float wte[] = {1, 0}, lm_head[] = {0, 0}, wte_2[] = {0.5f, 2};
    const float head_2[] = {-0.5f, 0.5f};
    const uint32_t inputs[] = {0}, targets[] = {1};
    try_step(&(struct step){wte, lm_head, inputs, targets, 1, 1, 2, 1});
    try_step(&(struct step){wte_2, head_2, inputs, targets, 1, 1, 2, 1});
    try_random_step(1, 2, 1);
    struct step other = random_step(1, 2, 1, 0.7, 1.5); // position 0 is not word 0
    other.inputs = targets;
    try_step(&other);
    judge_passed();
}

// PyTorch 1.13, float64: four words, rows of two; loss 1.38254378; the first row of dE is
// 0.0237501416 twice, the last row of dU -0.015119404 and -0.0185662681.
Test(train_step, reference_step)
{
    const uint32_t inputs[] = {0, 2, 2, 1}, targets[] = {1, 3, 0, 2};
    float wte[8], lm_head[8];
    for (size_t k = 0; k < 8; k++) {
        wte[k] = (float)(0.1 * (double)(k / 2 + 1) - 0.3 * (double)(k % 2));
        lm_head[k] = (float)(0.2 * (double)(k / 2) - 0.1 * (double)(k % 2 + 1));
    }
    struct step s = {wte, lm_head, inputs, targets, 0.5, 4, 4, 2};
    const struct moved after = take_step(&s);
    judge_relies_on(fabs(after.loss - 1.38254378) < 1e-7);
    judge_relies_on(fabs(((double)wte[0] - after.wte[0]) / 0.5 - 0.0237501416) < 1e-7);
    judge_relies_on(fabs(((double)lm_head[7] - after.lm_head[7]) / 0.5 + 0.0185662681) <
                    1e-7);
    try_step(&s);
    s.wte = normals(8);
    s.lm_head = normals(8);
    try_step(&s);
    try_random_step(4, 4, 2);
    judge_passed();
}

// The rows that no input names hold NaN: nothing reads them.
static void try_unread_rows(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct step s = random_step(n_tokens, vocab_size, d_model, 0.7, 1.5);
    float *wte = judge_floats(vocab_size * d_model);
    for (size_t k = 0; k < vocab_size * d_model; k++)
        wte[k] =
            count_id(s.inputs, n_tokens, (uint32_t)(k / d_model)) > 0 ? s.wte[k] : NAN;
    s.wte = wte;
    try_step(&s);
}

Test(train_step, random_models)
{
    const double rates[] = {1.5, 0.1, 0, -0.5, 8, 1e-3};
    const float one[] = {1, 1, 1}, apart[] = {15, 14.5f, -8}, sure[] = {0, -14};
    const uint32_t nil[] = {0};
    const double scales[] = {0.7, 0.7, 1e-2, 0.7, 0.7, 20}; // 20: logits in the thousands
    for (int draw = 0; draw < 6; draw++) {
        size_t n_tokens = draw == 0 ? 1 : random_between(4, 9);
        size_t vocab_size = random_between(10, 24);
        size_t d_model = draw == 1 ? 1 : random_between(2, 7);
        for (int k = 0; k < 2; k++) {
            struct step s =
                random_step(n_tokens, vocab_size, d_model, scales[draw], rates[draw]);
            while (n_tokens == 1 && s.targets[0] == s.inputs[0])
                s.targets = random_ids(1, vocab_size);
            try_step(&s);
        }
    }
    // a slope of 4e-16 moves both tables: one row is so long, and the rate is so large (and
    // a float holds their product)
    const float hidden[] = {1, 0, 0, 0, 0, 0}, rare[] = {0, 0, -0.5f, 0, -35, 1e20f};
    try_step(&(struct step){hidden, rare, nil, nil, 1e18, 1, 3, 2});
    try_unread_rows(5, 17, 3);
    struct step s = random_step(7, 10, 3, 0.7, 1.5);
    s.inputs = judge_ids(7); // the same word seven times
    try_step(&s);
    s = random_step(6, 9, 3, 0.7, 40); // any rate is a rate
    try_step(&s);
    s = random_step(5, 5, 5, 0.7, -12);
    try_step(&s);
    s = random_step(5, 9, 3, 1e7, 1.5); // the slopes of wte are in the millions
    s.wte = scaled_normals(27, 1e-7);
    try_step(&s);
    s = random_step(5, 9, 3, 1e7, 1.5); // and now those of lm_head
    s.lm_head = scaled_normals(27, 1e-7);
    try_step(&s);
    s = (struct step){one, apart, nil, nil, 1e10, 1, 3, 1}; // a small slope moves a row
    try_step(&s);
    s = random_step(6, 11, 4, 0.7, 1.5); // each word is followed by itself
    s.targets = s.inputs;
    try_step(&s);
    s = (struct step){one, sure, nil, nil, 1e4, 1, 2, 1}; // so does one below 1e-6
    try_step(&s);
    s = random_step(4, 7, 3, 300, 1e-3); // the loss is in the tens of thousands
    try_step(&s);
    s = random_step(4, 7, 3, 0.7, 1e7);
    try_step(&s);
    try_last_word(16, 32, 16);
    try_every_step();
    judge_passed();
}

Test(train_step, large_sizes)
{
    try_step_once(9001, 3, 2);
    try_last_word(3, 66013, 1);
    try_step_once(3, 5, 5003);
    try_step_once(67, 131, 65);
    judge_passed();
}

static double loss_of_tables(const struct step *s, const double *wte,
                             const double *lm_head)
{
    double *logits = judge_doubles(s->n_tokens * s->vocab_size);
    for (size_t k = 0; k < s->n_tokens * s->vocab_size; k++)
        for (size_t i = 0; i < s->d_model; i++)
            logits[k] += lm_head[k % s->vocab_size * s->d_model + i] *
                         wte[s->inputs[k / s->vocab_size] * s->d_model + i];
    return mean_loss(logits, s->targets, s->n_tokens, s->vocab_size);
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

static void try_down_the_slope(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size * d_model;
    const struct step s = random_step(n_tokens, vocab_size, d_model, 0.7, 1.5);
    float *wte, *lm_head;
    double *old_wte = as_doubles(s.wte, n), *old_head = as_doubles(s.lm_head, n);
    const double loss = call_step(&wte, &lm_head, &s);
    judge_case("The steps that are wanted come from nudging each number of the tables.");
    expect_number("the loss", loss, loss_of_tables(&s, old_wte, old_head), 1e-5);
    expect_floats(lm_head, down_the_slope(&s, old_wte, old_head, old_head),
                  filled(n, 5e-6), vocab_size, d_model);
    expect_floats(wte, down_the_slope(&s, old_wte, old_head, old_wte), filled(n, 5e-6),
                  vocab_size, d_model);
}

Test(train_step, follows_the_slope)
{
    try_down_the_slope(5, 7, 3);
    try_down_the_slope(random_between(2, 6), random_between(3, 6), 2);
    judge_passed();
}

// What is handed over has a word, a position and a column more than it says, so that bad
// input is seen as accepted, not as a crash. Steps are so large that taking them back
// does not give the tables back.
static void refuse_step(const struct step *s, const char *what, const char *why)
{
    const size_t n = (s->vocab_size + 1) * (s->d_model + 1);
    fresh_case();
    judge_case("%s", what);
    const uint32_t *inputs = ids_in(s->inputs, s->n_tokens + 1);
    const uint32_t *targets = ids_in(s->targets, s->n_tokens + 1);
    float *wte = floats_inout(scaled_normals(n, 1e-3), n);
    float *lm_head = floats_inout(scaled_normals(n, 1e-3), n);
    const struct room room =
        make_room(s->n_tokens + 1, s->vocab_size + 1, s->d_model + 1);
    const double loss = (double)CALL(
        train_step, wte, lm_head, room.logits, room.dhidden, room.drows, room.rows,
        inputs, targets, (float)s->rate, s->n_tokens, s->vocab_size, s->d_model);
    expect_nan(loss, "train_step", wte, "wte", why);
    expect_nan(loss, "train_step", lm_head, "lm_head", why);
}

// A bad input at each place, or a bad target.
static void refuse_step_at_each_place(void)
{
    enum { VOCAB = 4, D = 2, TABLE = (VOCAB + 1) * D };
    struct bad_ids lists[MOST_BAD_LISTS];
    uint32_t *bad = judge_ids(MOST_BAD_IDS), *good = random_ids(MOST_BAD_IDS, VOCAB);
    const size_t n = list_bad_lists(lists, bad, VOCAB);
    fresh_case();
    const uint32_t *bad_ids = ids_in(bad, MOST_BAD_IDS);
    const uint32_t *good_ids = ids_in(good, MOST_BAD_IDS);
    float *wte = floats_inout(normals(TABLE), TABLE);
    float *lm_head = floats_inout(normals(TABLE), TABLE);
    const struct room room = make_room(36, VOCAB + 1, D);
    together();
    for (size_t k = 0; k < 2 * n; k++) {
        const struct bad_ids *l = &lists[k / 2];
        CALL(train_step, wte, lm_head, room.logits, room.dhidden, room.drows, room.rows,
             (k % 2 == 0 ? bad_ids : good_ids) + l->at,
             (k % 2 == 0 ? good_ids : bad_ids) + l->at, 0.5f, l->n, VOCAB, D);
    }
    together_now();
    const bool is_whole = is_untouched(wte) && is_untouched(lm_head);
    for (size_t k = 0; k < 2 * n; k++) {
        const size_t at = lists[k / 2].at;
        const struct step s = {NULL,
                               NULL,
                               (k % 2 == 0 ? bad : good) + at,
                               (k % 2 == 0 ? good : bad) + at,
                               0.5,
                               lists[k / 2].n,
                               VOCAB,
                               D};
        if (!isnan(returned(k)) || (!is_whole && k < 4))
            refuse_step(&s,
                        k % 2 == 0 ? "One of the inputs is bad."
                                   : "One of the targets is bad.",
                        "it is vocab_size, and the largest allowed is vocab_size - 1");
    }
    if (!is_whole)
        fail_among_many();
}

// Bad inputs, then bad targets, then both; all of them, or every third.
static void refuse_ids(size_t n_tokens, size_t vocab_size, size_t d_model, size_t every)
{
    static const char *const what[] = {"One of the inputs is bad.",
                                       "One of the targets is bad.",
                                       "An input and a target are bad."};
    struct bad_id bad[N_BAD];
    list_bad_ids(bad, n_tokens, vocab_size);
    for (size_t k = 0; k < 2 * N_BAD + 1; k += every) {
        const struct bad_id *b = &bad[k % N_BAD];
        uint32_t *inputs = random_ids(n_tokens + 1, vocab_size);
        uint32_t *targets = random_ids(n_tokens + 1, vocab_size);
        (k < N_BAD ? inputs : targets)[b->place] = b->id;
        if (k == 2 * N_BAD)
            inputs[n_tokens - 1] = (uint32_t)vocab_size;
        const struct step s = {
            NULL,     NULL,       inputs, targets, k % 3 == 2 ? 0 : 1e3,
            n_tokens, vocab_size, d_model};
        refuse_step(&s, what[k / N_BAD], b->why);
    }
}

Test(train_step, refuses_bad_input)
{
    const uint32_t zeros[8] = {0};
    try_random_step(4, 6, 3);
    refuse_ids(4, 6, 3, 1);
    refuse_ids(1031, 4, 3, 5);
    refuse_step_at_each_place();
    for (size_t empty = 0; empty < 4; empty++) { // one of the sizes, then all
        const size_t n[3] = {empty % 3 == 0 ? 0 : 4, empty % 3 == 1 || empty == 3 ? 0 : 6,
                             empty >= 2 ? 0 : 3};
        const struct step s = {NULL, NULL, zeros, zeros, 0.5, n[0], n[1], n[2]};
        refuse_step(&s, "", "a size is 0");
    }
    try_random_step(4, 6, 3);
    judge_passed();
}

Test(train_step, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_step(5, 9, 4);
        try_random_step(2, 1, 1);
    }
    judge_passed();
}
