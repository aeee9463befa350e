// Tests of chapter 9, context. A suite is a function, a test one thing that can be wrong.
#include "09_context.h"
#include "judge.h"

#include "calls/09_context.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(9);

// How far a sum of n floats in any order may be from the true one, and each product is off
// by another rounding (Higham, Accuracy and Stability, sec. 4.2); twice that, and what is
// lost below the smallest normal float.
static double rounding(double sizes, size_t n)
{
    return sizes * (double)(n + 1) * 0x1p-23 + (double)(n + 1) * 0x1p-148;
}

static float *scaled(const float *values, size_t n, double scale)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)values[k] * scale);
    return out;
}

// Whole numbers from -most to most.
static float *wholes(size_t n, uint32_t most)
{
    float *values = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)(judge_random() % (2 * most + 1)) - (float)most;
    return values;
}

// ---- 9.1 context_gap ------------------------------------------------------------------

static void try_gap(const float *a_values, const float *b_values, size_t n_tokens,
                    size_t d_model)
{
    double *wanted = judge_doubles(n_tokens);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++) {
            const float gap =
                fabsf(a_values[t * d_model + i] - b_values[t * d_model + i]);
            if (isnan(gap) || (double)gap > wanted[t])
                wanted[t] = (double)gap;
        }
    fresh_case();
    const float *a = floats_in(a_values, n_tokens * d_model);
    const float *b = floats_in(b_values, n_tokens * d_model);
    float *gap = floats_out(n_tokens);
    expect_accepted(CALL(context_gap, gap, a, b, n_tokens, d_model), gap);
    expect_floats(gap, wanted, NULL, n_tokens, 1);
}

// b is a, but for some positions (each second one, or one in three); twice in the same place
static void try_random_gap(size_t n_tokens, size_t d_model, double scale)
{
    for (size_t k = 0; k < 2; k++) {
        const float *a = scaled(normals(n_tokens * d_model), n_tokens * d_model, scale);
        float *b = scaled(normals(n_tokens * d_model), n_tokens * d_model, scale);
        for (size_t t = 0; t < n_tokens; t++)
            if (judge_random() % (2 + k) == 0)
                memcpy(b + t * d_model, a + t * d_model, d_model * sizeof *b);
        try_gap(a, b, n_tokens, d_model);
    }
}

// the largest difference stands first, in the middle, last, and has either sign
static void try_single_gaps(size_t d_model)
{
    for (size_t k = 0; k < 6; k++) {
        float *a = normals(3 * d_model), *b = judge_floats(3 * d_model);
        memcpy(b, a, 3 * d_model * sizeof *b);
        const size_t places[3] = {0, d_model / 2, d_model - 1};
        b[d_model + places[k % 3]] += (float)(k < 3 ? 0.5 : -0.5) * 0.125f;
        try_gap(a, b, 3, d_model);
    }
}

Test(context_gap, worked_example)
{
    const float a[] = {1, 2, -3, 0.5f, -1, 4}, b[] = {1, 2, -3, 0.75f, 2, 4};
    try_random_gap(2, 3, 1);
    try_gap(a, b, 2, 3);
    try_gap(b, a, 2, 3);
    judge_passed();
}

Test(context_gap, random_rows)
{
    try_single_gaps(random_between(3, 9));
    for (int draw = 0; draw < 6; draw++) {
        const size_t n_tokens = draw == 4 ? 1 : random_between(2, 12);
        const size_t d_model = draw == 5 ? 1 : random_between(13, 40);
        try_random_gap(n_tokens, d_model, 1);
    }
    try_random_gap(11, 3, 1);
    judge_passed();
}

Test(context_gap, small_and_large)
{
    const double scales[] = {1e-10, 1e-30, 1e-40, 1e20, 1e37};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        try_random_gap(5, 7, scales[s]);
    float *a = normals(6), *b = judge_floats(6);
    a[1] = 3e38f, b[1] = -3e38f; // the difference is infinite
    a[2] = 0.0f, b[2] = -0.0f;
    a[4] = 1e-40f, b[4] = 2e-40f;
    try_gap(a, b, 2, 3);
    a[3] = b[3] = a[5] = b[5] = 0.0f;
    try_gap(a, b, 2, 3); // nothing but 1e-40 in the second position
    float *alike = normals(16), *nearly = judge_floats(16); // the last digit alone
    memcpy(nearly, alike, 16 * sizeof *alike);
    nearly[15] = nextafterf(alike[15], random_between(0, 1) ? 9 : -9);
    try_gap(alike, nearly, 1, 16);
    try_gap(alike + 1, nearly + 1, 1, 15);
    judge_passed();
}

static void try_special_gap(float one, float other, size_t d_model)
{
    const size_t places[3] = {0, d_model / 2, d_model - 1};
    const bool is_alike = memcmp(&one, &other, sizeof one) == 0;
    for (size_t k = 0; k < (is_alike ? 3 : 6); k++) {
        float *a = normals(5 * d_model), *b = normals(5 * d_model);
        if (d_model == 1 && k % 3 > 0)
            continue; // there is but one place
        a[2 * d_model + places[k % 3]] = k < 3 ? one : other;
        b[2 * d_model + places[k % 3]] = k < 3 ? other : one;
        try_gap(a, b, 5, d_model);
    }
}

Test(context_gap, keeps_nan)
{
    try_random_gap(3, 5, 1);
    try_special_gap(NAN, 1, 5);
    try_special_gap(-NAN, NAN, 7);
    try_special_gap(INFINITY, 1, 5);
    try_special_gap(INFINITY, INFINITY, 5); // their difference is not a number
    try_special_gap(-INFINITY, INFINITY, 4);
    try_special_gap(NAN, INFINITY, 1);
    for (size_t k = 0; k < 4; k++) { // infinities before and behind a NaN, or two
        float *a = normals(3 * 5), *b = normals(3 * 5);
        a[5 + k % 2] = k < 2 ? INFINITY : -INFINITY;
        b[5 + 2] = k % 2 ? NAN : INFINITY;
        a[5 + 2] = INFINITY;
        a[5 + 4] = 3e38f, b[5 + 4] = -3e38f;
        try_gap(a, b, 3, 5);
    }
    fresh_case();
    float one_array[6] = {1, NAN, 2, 3, 4, 5};
    one_array[random_between(4, 5)] = INFINITY;
    const float *same = floats_in(one_array, 6);
    float *gap = floats_out(3);
    judge_case("%s", "Both are one array, and some of it are no numbers.");
    expect_accepted(CALL(context_gap, gap, same, same, 3, 2), gap);
    expect_floats(gap, (const double[]){NAN, 0, NAN}, NULL, 3, 1);
    for (size_t k = 0; k < 4; k++) { // the same rows, and not a number among them
        float *a = normals(3 * 4);
        a[random_between(0, 11)] = k % 2 == 0 ? NAN : INFINITY;
        try_gap(a, a, 3, 4);
    }
    judge_passed();
}

// The largest difference of all is the last one.
static void try_large_gap(size_t n_tokens, size_t d_model)
{
    const size_t n = n_tokens * d_model;
    const float *a = normals(n);
    float *b = normals(n);
    for (size_t t = 0; t + 1 < n_tokens; t++)
        if (judge_random() % 2 == 0)
            memcpy(b + t * d_model, a + t * d_model, d_model * sizeof *b);
    b[n - 1] = a[n - 1] + (float)random_between(8, 16);
    try_gap(a, b, n_tokens, d_model);
}

Test(context_gap, large_sizes)
{
    try_large_gap(70001, 2);
    try_large_gap(3, 70001);
    try_random_gap(131, 67, 1);
    judge_passed();
}

Test(context_gap, nothing_to_compare)
{
    try_random_gap(3, 4, 1);
    fresh_case();
    const float *a = floats_in(normals(4), 4), *b = floats_in(normals(4), 4);
    float *gap = floats_out(4);
    expect(CALL(context_gap, gap, a, b, 0, 4),
           "context_gap must return true for no positions: there is nothing to do.");
    expect(is_untouched(gap), "context_gap wrote a gap, and there are no positions.");
    try_gap(normals(1), normals(1), random_between(1, 5), 0);
    try_random_gap(random_between(2, 6), 4, 1);
    judge_passed();
}

Test(context_gap, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_gap(5, 7, 1);
        try_random_gap(7, 3, 1);
    }
    judge_passed();
}

// ---- 9.2 layer_norm -------------------------------------------------------------------

// The norm of a row, and how far from it a computation with sums in double may be: some
// roundings to float of the stretched number and of the bias, and what the mean's own
// rounding in double makes of a row that lies far from 0.
static void normed_row(double *wanted, double *allowed, const float *x, const float *gain,
                       const float *bias, size_t d)
{
    double mean = 0, variance = 0, sizes = 0;
    for (size_t i = 0; i < d; i++) {
        mean += (double)x[i];
        sizes += fabs((double)x[i]);
    }
    mean /= (double)d;
    sizes /= (double)d;
    for (size_t i = 0; i < d; i++)
        variance += ((double)x[i] - mean) * ((double)x[i] - mean);
    const double rate = 1 / sqrt(variance / (double)d + 1e-5);
    for (size_t i = 0; i < d; i++) {
        const double stretched = (double)gain[i] * ((double)x[i] - mean) * rate;
        wanted[i] = stretched + (double)bias[i];
        allowed[i] =
            !isfinite(stretched)
                ? 0
                : (fabs(stretched) + fabs((double)bias[i])) * 0x1p-22 + 0x1p-148 +
                      fabs((double)gain[i]) * rate * sizes * (double)(d + 4) * 0x1p-51;
    }
}

static void try_norm(const float *x_values, const float *gain_values,
                     const float *bias_values, size_t n_tokens, size_t d_model)
{
    const size_t n = n_tokens * d_model;
    double *wanted = judge_doubles(n), *allowed = judge_doubles(n);
    for (size_t t = 0; t < n_tokens; t++)
        normed_row(wanted + t * d_model, allowed + t * d_model, x_values + t * d_model,
                   gain_values, bias_values, d_model);
    fresh_case();
    const float *x = floats_in(x_values, n);
    const float *gain = floats_in(gain_values, d_model);
    const float *bias = floats_in(bias_values, d_model);
    float *out = floats_out(n);
    expect_accepted(CALL(layer_norm, out, x, gain, bias, n_tokens, d_model), out);
    expect_floats(out, wanted, allowed, n_tokens, d_model);
}

// rows around `mean` with the given spread
static void try_drawn_norm(size_t n_tokens, size_t d_model, double mean, double spread)
{
    float *x = scaled(normals(n_tokens * d_model), n_tokens * d_model, spread);
    for (size_t i = 0; i < n_tokens * d_model; i++)
        x[i] += (float)mean;
    try_norm(x, normals(d_model), normals(d_model), n_tokens, d_model);
}

// twice in the same place
static void try_random_norm(size_t n_tokens, size_t d_model, double mean, double spread)
{
    try_drawn_norm(n_tokens, d_model, mean, spread);
    try_drawn_norm(n_tokens, d_model, mean, spread);
}

Test(layer_norm, worked_example)
{
    const float x[] = {1, 3}, gain[] = {2, 2}, bias[] = {0, 10};
    try_random_norm(3, 5, 0, 1);
    try_norm(x, gain, bias, 1, 2);
    try_random_norm(2, 2, 0, 1);
    judge_passed();
}

Test(layer_norm, random_rows)
{
    for (int draw = 0; draw < 6; draw++) {
        const size_t n_tokens = draw == 4 ? 1 : random_between(2, 9);
        const size_t d_model = draw == 5 ? 1 : random_between(10, 40);
        try_drawn_norm(n_tokens, d_model, random_normal(), 1);
    }
    try_random_norm(3, 16, 0.5, 2); // whole blocks, and one number less
    try_random_norm(2, 31, 0.5, 2);
    float *gain = normals(7), *bias = normals(7);
    const size_t silent = random_between(0, 6);
    gain[silent] = bias[(silent + random_between(1, 6)) % 7] = 0;
    try_norm(normals(4 * 7), gain, bias, 4, 7);
    judge_passed();
}

// The shortcut, the mean of the squares less the square of the mean, loses here what counts;
// so does a mean that was rounded to float.
Test(layer_norm, far_from_zero)
{
    try_random_norm(3, 12, 1e3, 0.1);
    try_random_norm(3, 12, -1e5, 1);
    try_random_norm(3, 31, 1e6, 0.5);
    try_random_norm(2, 7, 1e7, 3);
    try_random_norm(2, 9, 3e8, 100);
    judge_passed();
}

// Where the 1e-5 counts, and where it does not.
Test(layer_norm, small_and_large)
{
    const double spreads[] = {1e-2,  3e-3,  1e-4, 6e-6, 1e-9,
                              1e-30, 1e-40, 1e5,  1e15, 1e30};
    for (size_t s = 0; s < sizeof spreads / sizeof *spreads; s++) {
        try_drawn_norm(2, 8, 0, spreads[s]);
        // with nothing added, what is small shows
        try_norm(scaled(normals(16), 16, spreads[s]), normals(8), judge_floats(8), 2, 8);
    }
    float *spike = normals(12007); // a single number far from all the others
    spike[random_between(0, 12006)] = 1e4f;
    try_norm(spike, normals(12007), normals(12007), 1, 12007);
    judge_passed();
}

Test(layer_norm, equal_numbers)
{
    const float levels[] = {0, 1, -0.3f, 1e4f, -7e8f};
    try_random_norm(2, 5, 0, 1);
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        float x[2 * 6];
        fill_normal(x, 12);
        for (size_t i = 0; i < 6; i++)
            x[6 + i] = levels[k];
        try_norm(x, normals(6), normals(6), 2, 6);
    }
    judge_passed();
}

// One row is not a number; the others are what they are.
Test(layer_norm, rows_by_themselves)
{
    const float poison[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        float *x = normals(5 * 7);
        x[2 * k * 7 + random_between(0, 6)] = poison[k];
        try_norm(x, normals(7), normals(7), 5, 7);
        float single[3] = {1, poison[k], (float)random_normal()};
        try_norm(single, normals(1), normals(1), 3, 1);
    }
    judge_passed();
}

Test(layer_norm, large_sizes)
{
    try_drawn_norm(65543, 2, 0, 1);
    try_drawn_norm(1, 70001, 1, 1);
    try_drawn_norm(67, 131, 0, 1);
    judge_passed();
}

static void try_nothing_to_norm(size_t n_tokens, size_t d_model)
{
    fresh_case();
    const float *x = floats_in(normals(4), 4);
    const float *gain = floats_in(normals(4), 4), *bias = floats_in(normals(4), 4);
    float *out = floats_out(4);
    expect(CALL(layer_norm, out, x, gain, bias, n_tokens, d_model),
           "layer_norm must return true for %s: there is nothing to do.",
           n_tokens == 0 ? "no tokens" : "rows of no numbers");
    expect(is_untouched(out), "layer_norm wrote to out, and there is nothing to write.");
}

Test(layer_norm, nothing_to_do)
{
    try_random_norm(3, 4, 0, 1);
    try_nothing_to_norm(0, 4);
    try_nothing_to_norm(3, 0);
    try_nothing_to_norm(0, 0);
    try_random_norm(random_between(2, 6), 4, 0, 1);
    judge_passed();
}

Test(layer_norm, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_norm(5, 7, 0, 1);
        try_random_norm(7, 3, 0, 1);
    }
    judge_passed();
}

// ---- 9.3 residual_mlp and 9.4 residual_mlp_backward -----------------------------------

// The neurons and what they are given; `hidden` is what 9.4 is told. dx to dw_down are what
// the outputs of 9.4 begin with.
struct neurons {
    const float *x, *normed, *w_up, *w_down;
    const float *dout, *hidden, *dx, *dnormed, *dw_up, *dw_down;
    size_t n_tokens, d_model, d_hidden;
    bool is_exact; // whole numbers whose sums a float holds, in any order
};

// the sum of the products of two rows, or of their sizes
static double row_product(const float *a, const float *b, size_t n, bool signless)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double product = (double)a[i] * (double)b[i];
        sum += signless ? fabs(product) : product;
    }
    return sum;
}

static void speak(double *out, double *hidden, double *out_allowed,
                  double *hidden_allowed, const struct neurons *p)
{
    const size_t d = p->d_model, n = p->d_hidden;
    for (size_t t = 0; t < p->n_tokens; t++) {
        double *out_t = out + t * d, *allowed = out_allowed + t * d;
        for (size_t i = 0; i < d; i++) {
            out_t[i] = (double)p->x[t * d + i];
            allowed[i] = fabs(out_t[i]);
        }
        for (size_t j = 0; j < n; j++) {
            const float *normed = p->normed + t * d, *w_up = p->w_up + j * d;
            const double heard = row_product(normed, w_up, d, false);
            const double said = heard < 0 ? 0 : heard;
            hidden[t * n + j] = said;
            hidden_allowed[t * n + j] = rounding(row_product(normed, w_up, d, true), d);
            for (size_t i = 0; i < d; i++) {
                const double written = (double)p->w_down[j * d + i];
                out_t[i] += said * written;
                allowed[i] += fabs(said * written);
            }
        }
        for (size_t i = 0; i < d; i++) {
            allowed[i] = rounding(allowed[i], n + 1);
            for (size_t j = 0; j < n; j++)
                allowed[i] +=
                    hidden_allowed[t * n + j] * fabs((double)p->w_down[j * d + i]);
        }
    }
}

static void try_neurons(const struct neurons *p)
{
    const size_t stream = p->n_tokens * p->d_model, spoken = p->n_tokens * p->d_hidden;
    const size_t weights = p->d_hidden * p->d_model;
    double *out_wanted = judge_doubles(stream), *out_allowed = judge_doubles(stream);
    double *hidden_wanted = judge_doubles(spoken),
           *hidden_allowed = judge_doubles(spoken);
    speak(out_wanted, hidden_wanted, out_allowed, hidden_allowed, p);
    fresh_case();
    const float *x = floats_in(p->x, stream), *normed = floats_in(p->normed, stream);
    const float *w_up = floats_in(p->w_up, weights);
    const float *w_down = floats_in(p->w_down, weights);
    float *out = floats_out(stream), *hidden = floats_out(spoken);
    expect_accepted(CALL(residual_mlp, out, hidden, x, normed, w_up, w_down, p->n_tokens,
                         p->d_model, p->d_hidden),
                    out);
    expect_floats(hidden, hidden_wanted, p->is_exact ? NULL : hidden_allowed, p->n_tokens,
                  p->d_hidden);
    expect_floats(out, out_wanted, p->is_exact ? NULL : out_allowed, p->n_tokens,
                  p->d_model);
}

static float *drawn(size_t n, bool exact)
{
    return exact ? wholes(n, 3) : normals(n);
}

// What neurons may have said: half of them nothing.
static float *some_silent(float *hidden, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const uint32_t draw = judge_random() % 8;
        hidden[k] = draw < 3 ? 0.0f : draw == 3 ? -0.0f : fabsf(hidden[k]);
    }
    return hidden;
}

static struct neurons draw_neurons(size_t n_tokens, size_t d_model, size_t d_hidden,
                                   bool exact)
{
    const size_t stream = n_tokens * d_model, weights = d_hidden * d_model;
    return (struct neurons){
        .x = drawn(stream, exact),
        .normed = drawn(stream, exact),
        .w_up = drawn(weights, exact),
        .w_down = drawn(weights, exact),
        .dout = drawn(stream, exact),
        .hidden = some_silent(drawn(n_tokens * d_hidden, exact), n_tokens * d_hidden),
        .dx = drawn(stream, exact),
        .dnormed = drawn(stream, exact),
        .dw_up = drawn(weights, exact),
        .dw_down = drawn(weights, exact),
        .n_tokens = n_tokens,
        .d_model = d_model,
        .d_hidden = d_hidden,
        .is_exact = exact};
}

// Twice the same shape, in the same place, with other numbers.
static void try_random_neurons(size_t n_tokens, size_t d_model, size_t d_hidden,
                               bool exact, void (*try_it)(const struct neurons *))
{
    for (int k = 0; k < 2; k++) {
        const struct neurons p = draw_neurons(n_tokens, d_model, d_hidden, exact);
        try_it(&p);
    }
}

// Shapes of three different sizes, and a single position, number, neuron.
static void try_shapes(void (*try_it)(const struct neurons *))
{
    for (int draw = 0; draw < 8; draw++) {
        const size_t n_tokens = draw == 5 ? 1 : random_between(2, 6);
        const size_t d_model = draw == 6 ? 1 : random_between(7, 11);
        const size_t d_hidden = draw == 7 ? 1 : random_between(12, 30);
        try_random_neurons(n_tokens, d_model, d_hidden, draw % 2 == 0, try_it);
    }
    try_random_neurons(4, 16, 15, true, try_it); // whole blocks, and one less
    try_random_neurons(4, 15, 16, true, try_it);
}

static void try_large(void (*try_it)(const struct neurons *))
{
    struct neurons p = draw_neurons(5003, 3, 5, true);
    try_it(&p);
    p = draw_neurons(3, 5003, 2, true);
    try_it(&p);
    p = draw_neurons(2, 3, 10007, true);
    try_it(&p);
    p = draw_neurons(7, 65, 131, false);
    try_it(&p);
    judge_passed();
}

static void try_worked_neurons(void (*try_it)(const struct neurons *))
{
    const float x[] = {10, 20}, normed[] = {1, -1}, w_up[] = {3, 1, 0, 5};
    const float w_down[] = {0.5f, 1, 7, 7}, dout[] = {1, 2}, hidden[] = {2, 0};
    const float zeros[4] = {0};
    const struct neurons p = {x,     normed, w_up,  w_down, dout, hidden, zeros,
                              zeros, zeros,  zeros, 1,      2,    2,      true};
    try_random_neurons(2, 2, 3, true, try_it);
    try_it(&p);
    try_random_neurons(2, 2, 2, true, try_it);
    try_random_neurons(1, 2, 2, false, try_it);
    judge_passed();
}

static void try_bounds(void (*try_it)(const struct neurons *))
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_neurons(3, 5, 7, false, try_it);
        try_random_neurons(7, 3, 2, true, try_it);
    }
    judge_passed();
}

Test(residual_mlp, worked_example)
{
    try_worked_neurons(try_neurons);
}

Test(residual_mlp, random_shapes)
{
    try_shapes(try_neurons);
    judge_passed();
}

// Numbers of every size: what is small is not silent.
Test(residual_mlp, small_and_large)
{
    static const double scales[][3] = {
        // normed, w_up, w_down
        {1e-6, 1, 1},         {1e-9, 1e-9, 1e12}, {1, 1e-20, 1e20}, {1e-15, 1e-15, 1e30},
        {1e12, 1, 1},         {1, 1, 1e-12},      {1e10, 1e10, 1},  {1, 1e-30, 1},
        {1e-20, 1e-20, 1e30}, {1e-40, 1, 1e30},
    };
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        struct neurons p = draw_neurons(3, 5, 8, false);
        p.normed = scaled(p.normed, 3 * 5, scales[s][0]);
        p.w_up = scaled(p.w_up, 8 * 5, scales[s][1]);
        p.w_down = scaled(p.w_down, 8 * 5, scales[s][2]);
        p.x = scaled(p.x, 3 * 5, s % 3 == 0 ? 1 : s % 3 == 1 ? 1e-3 : 0);
        try_neurons(&p);
    }
    judge_passed();
}

// One position is not a number; the others are what they are.
Test(residual_mlp, rows_by_themselves)
{
    try_random_neurons(3, 4, 5, true, try_neurons);
    for (size_t bad = 0; bad < 3; bad++) {
        struct neurons p = draw_neurons(3, 4, 6, true);
        float *normed = judge_floats(12), *x = judge_floats(12);
        memcpy(normed, p.normed, 12 * sizeof *normed);
        memcpy(x, p.x, 12 * sizeof *x);
        for (size_t i = 0; i < 4; i++)
            normed[bad * 4 + i] = x[bad * 4 + i] = NAN;
        p.normed = normed, p.x = x;
        double out_wanted[12], hidden_wanted[18], unused[18];
        speak(out_wanted, hidden_wanted, unused, unused, &p);
        fresh_case();
        const float *x_in = floats_in(x, 12), *normed_in = floats_in(normed, 12);
        const float *w_up = floats_in(p.w_up, 24), *w_down = floats_in(p.w_down, 24);
        float *out = floats_out(12), *hidden = floats_out(18);
        expect_accepted(
            CALL(residual_mlp, out, hidden, x_in, normed_in, w_up, w_down, 3, 4, 6), out);
        for (size_t t = 0; t < 3; t++)
            if (t != bad) {
                expect_floats(hidden + t * 6, hidden_wanted + t * 6, NULL, 1, 6);
                expect_floats(out + t * 4, out_wanted + t * 4, NULL, 1, 4);
            }
    }
    judge_passed();
}

Test(residual_mlp, large_sizes)
{
    try_large(try_neurons);
}

static void try_no_neurons(size_t n_tokens, size_t d_model, size_t d_hidden)
{
    const char *what = n_tokens == 0  ? "no tokens"
                       : d_model == 0 ? "rows of no numbers"
                                      : "no neurons";
    fresh_case();
    const float *x_values = normals(12);
    const float *x = floats_in(x_values, 12), *normed = floats_in(normals(12), 12);
    const float *w_up = floats_in(normals(12), 12), *w_down = floats_in(normals(12), 12);
    float *out = floats_out(n_tokens * d_model + 1);
    float *hidden = floats_out(n_tokens * d_hidden + 1);
    expect(CALL(residual_mlp, out, hidden, x, normed, w_up, w_down, n_tokens, d_model,
                d_hidden),
           "residual_mlp must return true for %s: that is no error.", what);
    if (d_hidden == 0 && n_tokens * d_model > 0)
        expect_floats(out, as_doubles(x_values, n_tokens * d_model), NULL, n_tokens,
                      d_model);
    else
        expect(is_untouched(out), "residual_mlp wrote to out, and there are %s.", what);
    if (d_model == 0 && n_tokens * d_hidden > 0) // who hears nothing says 0
        expect_floats(hidden, filled(n_tokens * d_hidden, 0), NULL, n_tokens, d_hidden);
    else
        expect(n_tokens * d_hidden > 0 || is_untouched(hidden),
               "residual_mlp wrote to hidden, and there are %s.", what);
}

Test(residual_mlp, nothing_to_do)
{
    try_random_neurons(2, 3, 4, true, try_neurons);
    try_no_neurons(0, 3, 4);
    try_no_neurons(2, 0, 4);
    try_no_neurons(2, 5, 0);
    try_no_neurons(0, 0, 0);
    try_random_neurons(random_between(2, 5), 3, 4, true, try_neurons);
    judge_passed();
}

Test(residual_mlp, stays_in_bounds)
{
    try_bounds(try_neurons);
}

// ---- 9.4 residual_mlp_backward --------------------------------------------------------

struct slopes {
    double *dx, *dnormed, *dw_up, *dw_down;
};

static double *begun(const float *values, size_t n, bool signless)
{
    double *sums = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        sums[k] = signless ? fabs((double)values[k]) : (double)values[k];
    return sums;
}

static double factor(float value, bool signless)
{
    return signless ? fabs((double)value) : (double)value;
}

// What each output holds in the end, or, signless, the sum of the sizes of its terms.
static struct slopes go_back(const struct neurons *p, bool signless)
{
    const size_t d = p->d_model, n = p->d_hidden;
    struct slopes s = {begun(p->dx, p->n_tokens * d, signless),
                       begun(p->dnormed, p->n_tokens * d, signless),
                       begun(p->dw_up, n * d, signless),
                       begun(p->dw_down, n * d, signless)};
    for (size_t k = 0; k < p->n_tokens * d; k++)
        s.dx[k] += factor(p->dout[k], signless);
    for (size_t t = 0; t < p->n_tokens; t++)
        for (size_t j = 0; j < n; j++) {
            const float said = p->hidden[t * n + j];
            if (!(said > 0.0f))
                continue;
            const double slope =
                row_product(p->dout + t * d, p->w_down + j * d, d, signless);
            for (size_t i = 0; i < d; i++) {
                s.dnormed[t * d + i] += slope * factor(p->w_up[j * d + i], signless);
                s.dw_up[j * d + i] += slope * factor(p->normed[t * d + i], signless);
                s.dw_down[j * d + i] +=
                    (double)said * factor(p->dout[t * d + i], signless);
            }
        }
    return s;
}

static void round_all(double *sizes, size_t n, size_t terms)
{
    for (size_t k = 0; k < n; k++)
        sizes[k] = rounding(sizes[k], terms);
}

static void try_back(const struct neurons *p)
{
    const size_t d = p->d_model, n = p->d_hidden, stream = p->n_tokens * d;
    const struct slopes wanted = go_back(p, false);
    struct slopes allowed = {NULL, NULL, NULL, NULL};
    if (!p->is_exact) {
        allowed = go_back(p, true);
        round_all(allowed.dx, stream, 2);
        round_all(allowed.dnormed, stream, n + d + 3);
        round_all(allowed.dw_up, n * d, p->n_tokens + d + 3);
        round_all(allowed.dw_down, n * d, p->n_tokens + 3);
    }
    fresh_case();
    const float *dout = floats_in(p->dout, stream);
    const float *hidden = floats_in(p->hidden, p->n_tokens * n);
    const float *normed = floats_in(p->normed, stream);
    const float *w_up = floats_in(p->w_up, n * d), *w_down = floats_in(p->w_down, n * d);
    float *dx = floats_inout(p->dx, stream), *dnormed = floats_inout(p->dnormed, stream);
    float *dw_up = floats_inout(p->dw_up, n * d);
    float *dw_down = floats_inout(p->dw_down, n * d);
    expect_accepted(CALL(residual_mlp_backward, dx, dnormed, dw_up, dw_down, dout, hidden,
                         normed, w_up, w_down, p->n_tokens, d, n),
                    dx);
    expect_floats(dx, wanted.dx, allowed.dx, p->n_tokens, d);
    expect_floats(dw_down, wanted.dw_down, allowed.dw_down, n, d);
    expect_floats(dnormed, wanted.dnormed, allowed.dnormed, p->n_tokens, d);
    expect_floats(dw_up, wanted.dw_up, allowed.dw_up, n, d);
}

Test(residual_mlp_backward, worked_example)
{
    try_worked_neurons(try_back);
}

Test(residual_mlp_backward, random_shapes)
{
    try_shapes(try_back);
    judge_passed();
}

static float *above_zero(size_t n)
{
    float *values = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)random_between(1, 3);
    return values;
}

// A dout that is not a number reaches all that it has a part in. (All neurons speak: what a
// silent one makes of it is up to you, and so is a NaN times 0: there is no 0 here.)
static void try_odd_dout(void)
{
    struct neurons p = draw_neurons(3, 4, 5, true);
    float *dout = above_zero(12);
    dout[random_between(0, 11)] = NAN;
    p.dout = dout, p.hidden = above_zero(15), p.normed = above_zero(12);
    p.w_up = above_zero(20), p.w_down = above_zero(20);
    try_back(&p);
}

// A neuron that said very little spoke all the same.
Test(residual_mlp_backward, small_and_large)
{
    static const double scales[][3] = {
        // hidden, dout, weights
        {1e-6, 1, 1},     {1e-12, 1, 1},   {1e-30, 1, 1}, {1e-40, 1, 1}, {1, 1e-12, 1},
        {1, 1e-20, 1e15}, {1e10, 1e10, 1}, {1, 1, 1e-12}, {1e30, 1, 1},  {1, 1e-30, 1},
    };
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        struct neurons p = draw_neurons(3, 5, 8, false);
        p.hidden = scaled(p.hidden, 3 * 8, scales[s][0]);
        p.dout = scaled(p.dout, 3 * 5, scales[s][1]);
        p.w_up = scaled(p.w_up, 8 * 5, scales[s][2]);
        p.w_down = scaled(p.w_down, 8 * 5, scales[s][2]);
        p.dx = p.dnormed = judge_floats(15); // zeros, so that small additions show
        p.dw_up = p.dw_down = judge_floats(40);
        try_back(&p);
    }
    try_odd_dout();
    judge_passed();
}

// All are silent, all speak, one speaks: what counts is `hidden`, and not what the neuron
// might have heard.
Test(residual_mlp_backward, silent_neurons)
{
    try_random_neurons(2, 3, 4, true, try_back);
    for (size_t k = 0; k < 6; k++) {
        struct neurons p = draw_neurons(3, 4, 6, true);
        float *hidden = judge_floats(18);
        for (size_t n = 0; n < 18; n++)
            hidden[n] = k < 2    ? (k == 0 ? 0.0f : -0.0f)
                        : k == 2 ? (float)random_between(1, 3)
                                 : 0.0f;
        if (k > 2)
            hidden[(k - 3) * 8] = 2.0f; // the first, one in the middle, the last but one
        p.hidden = hidden;
        try_back(&p);
    }
    judge_passed();
}

Test(residual_mlp_backward, large_sizes)
{
    try_large(try_back);
}

static void try_nothing_back(size_t n_tokens, size_t d_model, size_t d_hidden)
{
    const char *what = n_tokens == 0 ? "no tokens" : "rows of no numbers";
    const float *values = normals(12);
    fresh_case();
    const float *dout = floats_in(values, 12), *hidden = floats_in(values, 12);
    const float *normed = floats_in(values, 12), *w_up = floats_in(values, 12);
    const float *w_down = floats_in(values, 12);
    float *dx = floats_inout(values, 12), *dnormed = floats_inout(values, 12);
    float *dw_up = floats_inout(values, 12), *dw_down = floats_inout(values, 12);
    expect(CALL(residual_mlp_backward, dx, dnormed, dw_up, dw_down, dout, hidden, normed,
                w_up, w_down, n_tokens, d_model, d_hidden),
           "residual_mlp_backward must return true for %s: there is nothing to add.",
           what);
    expect(is_untouched(dx) && is_untouched(dnormed) && is_untouched(dw_up) &&
               is_untouched(dw_down),
           "residual_mlp_backward changed an output, and there are %s.", what);
}

Test(residual_mlp_backward, nothing_to_do)
{
    try_random_neurons(2, 3, 4, true, try_back);
    try_nothing_back(0, 3, 4);
    try_nothing_back(2, 0, 4);
    try_nothing_back(0, 0, 0);
    try_random_neurons(3, random_between(2, 5), 0, true, try_back); // dx alone
    judge_passed();
}

Test(residual_mlp_backward, stays_in_bounds)
{
    try_bounds(try_back);
}

// ---- 9.5 nearest_centroid -------------------------------------------------------------

struct probe {
    const float *fitted, *tried;
    const uint32_t *labels;
    size_t n_fitted, n_tried, n_classes, d_model;
};

static void means(double *centroids, double *allowed, const struct probe *p)
{
    const size_t d = p->d_model;
    double *counts = judge_doubles(p->n_classes);
    for (size_t n = 0; n < p->n_fitted; n++) {
        const size_t c = p->labels[n];
        counts[c]++;
        for (size_t i = 0; i < d; i++) {
            centroids[c * d + i] += (double)p->fitted[n * d + i];
            allowed[c * d + i] += fabs((double)p->fitted[n * d + i]);
        }
    }
    for (size_t c = 0; c < p->n_classes; c++)
        for (size_t i = 0; i < d; i++) {
            centroids[c * d + i] /= counts[c];
            // a sum of doubles, in any order, and a division
            allowed[c * d + i] *= (counts[c] + 2) / counts[c] * 0x1p-51;
        }
}

static void guess(uint32_t *guesses, const double *centroids, const struct probe *p)
{
    const size_t d = p->d_model;
    for (size_t n = 0; n < p->n_tried; n++) {
        double nearest = INFINITY;
        for (size_t c = 0; c < p->n_classes; c++) {
            double distance = 0;
            for (size_t i = 0; i < d; i++) {
                const double step = (double)p->tried[n * d + i] - centroids[c * d + i];
                distance += step * step;
            }
            if (distance < nearest) {
                nearest = distance;
                guesses[n] = (uint32_t)c;
            }
        }
    }
}

static void try_probe(const struct probe *p)
{
    const size_t n = p->n_classes * p->d_model;
    double *wanted = judge_doubles(n), *allowed = judge_doubles(n);
    uint32_t *wanted_guesses = judge_ids(p->n_tried);
    means(wanted, allowed, p);
    guess(wanted_guesses, wanted, p);
    fresh_case();
    const float *fitted = floats_in(p->fitted, p->n_fitted * p->d_model);
    const uint32_t *labels = ids_in(p->labels, p->n_fitted);
    const float *tried = floats_in(p->tried, p->n_tried * p->d_model);
    uint32_t *guesses = ids_out(p->n_tried);
    double *centroids = doubles_out(n);
    expect_accepted(CALL(nearest_centroid, guesses, centroids, fitted, labels, tried,
                         p->n_fitted, p->n_tried, p->n_classes, p->d_model),
                    centroids);
    expect_doubles(centroids, wanted, allowed, p->n_classes, p->d_model);
    expect_ids(guesses, wanted_guesses, p->n_tried);
}

// every class has a row, in no order
static uint32_t *draw_labels(size_t n_fitted, size_t n_classes)
{
    uint32_t *labels = random_ids(n_fitted, n_classes);
    for (size_t c = 0; c < n_classes; c++)
        labels[c] = (uint32_t)c;
    for (size_t n = n_fitted - 1; n > 0; n--) {
        const size_t k = random_between(0, n);
        const uint32_t kept = labels[n];
        labels[n] = labels[k], labels[k] = kept;
    }
    return labels;
}

static struct probe draw_probe(size_t n_fitted, size_t n_tried, size_t n_classes,
                               size_t d_model)
{
    return (struct probe){.fitted = normals(n_fitted * d_model),
                          .tried = normals(n_tried * d_model),
                          .labels = draw_labels(n_fitted, n_classes),
                          .n_fitted = n_fitted,
                          .n_tried = n_tried,
                          .n_classes = n_classes,
                          .d_model = d_model};
}

static void try_random_probe(size_t n_fitted, size_t n_tried, size_t n_classes,
                             size_t d_model)
{
    for (int k = 0; k < 2; k++) {
        const struct probe p = draw_probe(n_fitted, n_tried, n_classes, d_model);
        try_probe(&p);
    }
}

Test(nearest_centroid, worked_example)
{
    const float fitted[] = {1, 5, 3}, tried[] = {3, 4, 3.5f};
    const uint32_t labels[] = {0, 1, 0};
    try_probe(&(struct probe){fitted, tried, labels, 3, 3, 2, 1});
    try_random_probe(3, 3, 2, 1);
    judge_passed();
}

Test(nearest_centroid, random_rows)
{
    // In few dimensions products, angles and distances differ most.
    try_random_probe(30, 60, 7, 3);
    for (int draw = 0; draw < 6; draw++) {
        const size_t n_classes = draw == 4 ? 1 : random_between(2, 5);
        const size_t d_model = draw == 5 ? 1 : random_between(6, 12);
        try_random_probe(random_between(14, 30), random_between(31, 60), n_classes,
                         d_model);
    }
    try_random_probe(20, 40, 5, 16); // whole blocks, and one number less
    try_random_probe(20, 40, 5, 15);
    try_random_probe(6, 9, 6, 4); // each class has one row
    judge_passed();
}

// Rows far away, small ones, classes that differ little.
Test(nearest_centroid, small_and_large)
{
    const double scales[] = {1e-8, 1e-20, 1e-38, 1e8, 1e20, 1e37};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        struct probe p = draw_probe(12, 20, 3, 5);
        p.fitted = scaled(p.fitted, 12 * 5, scales[s]);
        p.tried = scaled(p.tried, 20 * 5, scales[s]);
        try_probe(&p);
    }
    float far[17]; // the mean of class 0 is a hundredth away, that of class 1 is the row
    for (size_t n = 0; n < 17; n++)
        far[n] = n == 15 ? 1048576.125f : 1048576;
    const uint32_t labels[17] = {[16] = 1};
    try_probe(&(struct probe){far, far, labels, 17, 1, 2, 1});
    const float ones[3] = {1, 1, 1 + 0x1p-23f}; // class 1 is nearer by 2^-24
    const float above[1] = {(float)random_between(3, 9)};
    try_probe(&(struct probe){ones, above, (const uint32_t[]){0, 1, 1}, 3, 1, 2, 1});
    for (int k = 0; k < 3; k++) { // all near one far point
        struct probe p = draw_probe(12, 20, 3, 2);
        float *fitted = (float *)p.fitted, *tried = (float *)p.tried;
        for (size_t i = 0; i < 24; i++)
            fitted[i] = 1e6f + fitted[i];
        for (size_t i = 0; i < 40; i++)
            tried[i] = 1e6f + tried[i];
        try_probe(&p);
    }
    judge_passed();
}

// Whole numbers, and as many rows a class as make every mean exact: distances are equal or
// they are not, in any order of the sums.
Test(nearest_centroid, ties)
{
    try_random_probe(8, 9, 2, 3);
    for (int draw = 0; draw < 4; draw++) {
        const size_t n_classes = random_between(3, 6), d = random_between(1, 3);
        float *fitted = judge_floats(2 * n_classes * d);
        uint32_t *labels = judge_ids(2 * n_classes);
        for (size_t n = 0; n < 2 * n_classes; n++) {
            labels[n] = (uint32_t)((n * (draw % 2 == 0 ? 1 : n_classes - 1)) % n_classes);
            for (size_t i = 0; i < d; i++)
                fitted[n * d + i] = (float)random_between(0, 3);
        }
        try_probe(&(struct probe){fitted, wholes(60 * d, 3), labels, 2 * n_classes, 60,
                                  n_classes, d});
    }
    float *same = judge_floats(131); // all are equally near, however many
    uint32_t *labels = judge_ids(131);
    for (uint32_t c = 0; c < 131; c++) {
        same[c] = 2;
        labels[c] = (c + 3) % 131;
    }
    try_probe(&(struct probe){same, (const float[]){7, 2}, labels, 131, 2, 131, 1});
    judge_passed();
}

// Sums that a float does not hold.
Test(nearest_centroid, sums_in_double)
{
    try_random_probe(5, 6, 2, 3);
    for (size_t k = 0; k < 4; k++) {
        const float small = (float)random_between(1, 9);
        const float fitted[8] = {1e8f, small,       -1e8f, small,
                                 4,    16777216.0f, 1,     -16777216.0f};
        const uint32_t labels[8] = {0, 0, 0, 0, 1, 1, 1, 1};
        const float tried[3] = {small / 2, 1.25f, (small / 2 + 1.25f) / 2 + 0.125f};
        try_probe(&(struct probe){fitted, tried, labels, 8, 3, 2, 1});
    }
    for (int k = 0; k < 3; k++) { // distances whose differences a float does not hold
        struct probe p = draw_probe(4, 30, 2, 2);
        float *fitted = (float *)p.fitted, *tried = (float *)p.tried;
        for (size_t n = 0; n < 4; n++)
            fitted[2 * n + 1] = 0;
        for (size_t n = 0; n < 30; n++)
            tried[2 * n + 1] = 3e4f;
        try_probe(&p);
    }
    judge_passed();
}

Test(nearest_centroid, large_sizes)
{
    static const size_t sizes[][4] = {{5003, 3, 2, 3},  {7, 70001, 2, 1},
                                      {5, 6, 2, 66003}, {70001, 3, 1, 2},
                                      {307, 7, 257, 3}, {4111, 3, 4099, 1}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t *n = sizes[k], d = n[3];
        struct probe p = draw_probe(n[0], n[1], n[2], d);
        size_t of_last = 0; // one that is tried is a row of the last class
        while (p.labels[of_last] != n[2] - 1)
            of_last++;
        memcpy((float *)p.tried + d, p.fitted + of_last * d, d * sizeof *p.fitted);
        try_probe(&p);
    }
    judge_passed();
}

static void refuse_probe(const struct probe *p, const char *why)
{
    fresh_case();
    const float *fitted = floats_in(p->fitted, p->n_fitted * p->d_model);
    const uint32_t *labels = ids_in(p->labels, p->n_fitted);
    const float *tried = floats_in(p->tried, p->n_tried * p->d_model);
    // a class more than there is, so that a label that is one too large is seen as accepted
    const size_t n = (p->n_classes + 1) * p->d_model;
    double *old = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        old[k] = random_normal();
    uint32_t *guesses = ids_inout(random_ids(p->n_tried + 1, 9), p->n_tried + 1);
    double *centroids = doubles_inout(old, n);
    const bool accepted = CALL(nearest_centroid, guesses, centroids, fitted, labels,
                               tried, p->n_fitted, p->n_tried, p->n_classes, p->d_model);
    expect_refused(accepted, centroids, why);
    expect_refused(accepted, guesses, why);
}

static void refuse_labels(size_t n_fitted, size_t n_classes, size_t d_model)
{
    const struct {
        size_t place;
        uint32_t label;
        const char *why;
    } bad[] = {
        {0, (uint32_t)n_classes,
         "the first label is n_classes, and the largest allowed is one less"},
        {n_fitted / 2, (uint32_t)n_classes, "a label in the middle is n_classes"},
        {n_fitted - 1, (uint32_t)n_classes, "the last label is n_classes"},
        {n_fitted - 1, 0x80000000u, "the last label is 2147483648"},
        {0, UINT32_MAX, "the first label is 4294967295"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        const struct probe p =
            draw_probe(n_fitted, d_model == 0 ? 0 : 5, n_classes, d_model);
        uint32_t *labels = (uint32_t *)p.labels;
        // no class becomes empty: that would be another reason
        for (size_t n = 0; n < n_fitted; n++)
            labels[n] = (uint32_t)(n % n_classes);
        labels[bad[k].place] = bad[k].label;
        refuse_probe(&p, bad[k].why);
    }
}

Test(nearest_centroid, refuses_bad_labels)
{
    try_random_probe(6, 5, 3, 2);
    refuse_labels(9, 3, 2);
    refuse_labels(5, 1, 1);
    refuse_labels(5003, 4, 3);
    refuse_labels(7, 3, 2003);
    refuse_labels(7, 3, 0); // with nothing to add up and nothing to try
    try_random_probe(6, random_between(3, 8), 3, 2);
    judge_passed();
}

Test(nearest_centroid, refuses_empty_classes)
{
    try_random_probe(6, 5, 3, 2);
    for (size_t empty = 0; empty < 4; empty++) {
        const struct probe p = draw_probe(11, 5, 4, 2);
        uint32_t *labels = (uint32_t *)p.labels;
        for (size_t n = 0; n < 11; n++)
            labels[n] = (uint32_t)(empty + 1 + n % 3) % 4;
        refuse_probe(&p, empty == 0   ? "class 0 has no row"
                         : empty == 3 ? "the last class has no row"
                                      : "a class in the middle has no row");
    }
    const size_t many[] = {33, 70, 257, 1031};
    for (size_t k = 0; k < 4; k++) {
        const struct probe p = draw_probe(2 * many[k], 3, many[k], 1);
        const size_t empty = random_between(many[k] / 2 + 1, many[k] - 1);
        uint32_t *labels = (uint32_t *)p.labels;
        for (size_t n = 0; n < 2 * many[k]; n++)
            if (labels[n] == empty)
                labels[n] = 0;
        refuse_probe(&p, "one of many classes has no row");
    }
    struct probe untried = draw_probe(5, 0, 2, 2);
    untried.n_classes = 3;
    refuse_probe(&untried, "class 2 has no row, and no row is tried");
    struct probe p = draw_probe(5, 5, 2, 2);
    p.n_classes = 7;
    refuse_probe(&p, "there are more classes than rows");
    p.d_model = 0;
    refuse_probe(&p, "there are more classes than rows");
    p = draw_probe(3, 2, 2, 2);
    p.n_fitted = 0;
    refuse_probe(&p, "there are classes, and no rows to fit on");
    p.n_classes = 0;
    refuse_probe(&p, "n_classes is 0");
    p.n_tried = 0;
    refuse_probe(&p, "n_classes is 0");
    try_random_probe(6, random_between(3, 8), 3, 2);
    judge_passed();
}

Test(nearest_centroid, nothing_to_do)
{
    try_random_probe(6, 5, 3, 2);
    try_random_probe(random_between(4, 9), 0, 3, 2); // the centroids alone
    struct probe p = draw_probe(6, 5, 3, 1);
    p.d_model = 0;
    try_probe(&p); // all distances are 0
    try_random_probe(7, random_between(3, 9), 2, 2);
    judge_passed();
}

Test(nearest_centroid, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_probe(7, 5, 3, 4);
        try_random_probe(5, 7, 2, 3);
    }
    judge_passed();
}
