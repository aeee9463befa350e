// Tests of chapter 6, optimizers. A suite is a function, a test one thing that can be wrong.
#include "06_optimizers.h"
#include "judge.h"

#include "calls/06_optimizers.h"

#include <math.h>
#include <string.h>

JUDGE_CHAPTER(6);

// The unit in the last place of a float near 1, halved: the error of one rounding.
static const double ROUND = 0x1p-24;

// What is lost where a result lies below the smallest normal float.
static const double TINY = 0x1p-147;

// ---- what is right, for one number ----------------------------------------------------

// A number of a table with what is remembered of it, and how far each may be off.
struct number {
    double w, first, second; // velocity or mean; square
    double w_off, first_off, second_off;
};

struct rule {
    uint64_t step;
    double rate, momentum, beta1, beta2, epsilon, decay;
    bool early;          // epsilon is added before the bias correction
    double used1, used2; // what the corrections divide by: set by right_of
};

static struct number momentum_number(double w, double velocity, double g,
                                     const struct rule *r)
{
    struct number x = {.first = r->momentum * velocity + g};
    const double size = fabs(r->momentum * velocity) + fabs(g);
    x.w = w - r->rate * x.first;
    x.first_off = 4 * ROUND * size + TINY;
    x.w_off =
        2 * ROUND * fabs(w) + fabs(r->rate) * (x.first_off + 4 * ROUND * size) + TINY;
    return x;
}

// A quotient by a root of `square` that is off by `off`.
static double root_off(double square, double off)
{
    return sqrt(square + off) - sqrt(fmax(square - off, 0)) + 4 * ROUND * sqrt(square);
}

static struct number adagrad_number(double w, double square, double g,
                                    const struct rule *r)
{
    struct number x = {.second = square + g * g};
    const double below = sqrt(x.second) + r->epsilon, step = r->rate * g / below;
    x.second_off = 4 * ROUND * x.second + TINY;
    x.w = w - step;
    x.w_off = 2 * ROUND * fabs(w) + TINY +
              fabs(step) * (8 * ROUND + root_off(x.second, x.second_off) / below);
    return x;
}

// Both ways to write a running mean, b * old + (1 - b) * new and old + (1 - b) * (new - old),
// are as exact as their terms are large.
static struct number adam_number(double w, double mean, double square, double g,
                                 const struct rule *r)
{
    struct number x = {.first = r->beta1 * mean + (1 - r->beta1) * g,
                       .second = r->beta2 * square + (1 - r->beta2) * g * g};
    x.first_off = 8 * ROUND * (fabs(mean) + (1 - r->beta1) * fabs(g)) +
                  (mean == 0 && g == 0 ? 0 : TINY); // a mean at rest is exact
    x.second_off = 8 * ROUND * (square + (1 - r->beta2) * g * g) + TINY;
    const double root = sqrt(r->used2), inside = r->early ? 1 : 1 / root;
    const double factor = r->rate * (r->early ? root : 1) / r->used1;
    const double below = inside * sqrt(x.second) + r->epsilon;
    const double step = factor * x.first / below;
    const double left = 1 - r->rate * r->decay;
    x.w = left * w - step;
    x.w_off =
        4 * ROUND * (fabs(w) + fabs(r->rate * r->decay * w) + fabs(step)) + TINY +
        fabs(factor) * x.first_off / below +
        fabs(step) * (12 * ROUND + (inside * root_off(x.second, x.second_off)) / below);
    return x;
}

// ---- a step of any of the five --------------------------------------------------------

enum which { MOMENTUM, ADAGRAD, ADAM, ADAMW, SPARSE_ADAM };

// What a call is given. Without a list (rows NULL) a table is its n_rows * d_model numbers.
struct step {
    enum which which;
    struct rule rule;
    const float *w, *first, *second, *g;
    const uint32_t *rows;
    size_t n_list, n_rows, d_model;
};

struct outputs {
    float *w, *first, *second; // first, second: NULL if the function has none
    bool result;
};

// `room`: the rows that can be read and written, one more than the sizes say where a row
// that is too large is to be seen as accepted, not as a crash.
static struct outputs call_step(const struct step *s, size_t room)
{
    const struct rule *r = &s->rule;
    const size_t n = s->n_rows * s->d_model, all = room * s->d_model;
    const bool has_first = s->which != ADAGRAD, has_second = s->which != MOMENTUM;
    fresh_case();
    const uint32_t *rows = s->rows ? ids_in(s->rows, s->n_list) : NULL;
    const float *g = floats_in(s->g, s->rows ? s->n_list * s->d_model : n);
    struct outputs out = {.w = floats_inout(s->w, all)};
    out.first = has_first ? floats_inout(s->first, all) : NULL;
    out.second = has_second ? floats_inout(s->second, all) : NULL;
    switch (s->which) {
    case MOMENTUM:
        out.result = CALL(sgd_momentum, out.w, out.first, g, r->rate, r->momentum, n);
        break;
    case ADAGRAD:
        out.result = CALL(adagrad_rows, out.w, out.second, rows, g, r->rate, r->epsilon,
                          s->n_list, s->n_rows, s->d_model);
        break;
    case ADAM:
        out.result = CALL(adam, out.w, out.first, out.second, g, r->step, r->rate,
                          r->beta1, r->beta2, r->epsilon, n);
        break;
    case ADAMW:
        out.result = CALL(adamw, out.w, out.first, out.second, g, r->step, r->rate,
                          r->beta1, r->beta2, r->epsilon, r->decay, n);
        break;
    case SPARSE_ADAM:
        out.result =
            CALL(sparse_adam, out.w, out.first, out.second, rows, g, r->step, r->rate,
                 r->beta1, r->beta2, r->epsilon, s->n_list, s->n_rows, s->d_model);
    }
    return out;
}

static struct number right_number(const struct step *s, const struct rule *rule,
                                  size_t at, double g)
{
    const double w = (double)s->w[at];
    if (s->which == MOMENTUM)
        return momentum_number(w, (double)s->first[at], g, rule);
    if (s->which == ADAGRAD)
        return adagrad_number(w, (double)s->second[at], g, rule);
    return adam_number(w, (double)s->first[at], (double)s->second[at], g, rule);
}

struct right {
    double *w, *first, *second, *w_off, *first_off, *second_off;
};

static void set_right(struct right *right, size_t at, const struct number *x)
{
    right->w[at] = x->w;
    right->first[at] = x->first;
    right->second[at] = x->second;
    right->w_off[at] = isfinite(x->w) ? x->w_off : 0;
    right->first_off[at] = isfinite(x->first) ? x->first_off : 0;
    right->second_off[at] = isfinite(x->second) ? x->second_off : 0;
}

// Numbers that are not on the list stay what they were, exactly.
static struct right right_of(const struct step *s)
{
    const size_t n = s->n_rows * s->d_model;
    struct right right = {as_doubles(s->w, n),
                          s->first ? as_doubles(s->first, n) : judge_doubles(n),
                          s->second ? as_doubles(s->second, n) : judge_doubles(n),
                          judge_doubles(n),
                          judge_doubles(n),
                          judge_doubles(n)};
    const size_t n_moved = s->rows ? s->n_list * s->d_model : n;
    struct rule rule = s->rule;
    rule.decay = s->which == ADAMW ? rule.decay : 0;
    rule.used1 = -expm1((double)rule.step * log(rule.beta1));
    rule.used2 = -expm1((double)rule.step * log(rule.beta2));
    for (size_t k = 0; k < n_moved; k++) {
        const size_t at =
            s->rows ? s->rows[k / s->d_model] * s->d_model + k % s->d_model : k;
        const struct number x = right_number(s, &rule, at, (double)s->g[k]);
        set_right(&right, at, &x);
    }
    return right;
}

// What is remembered is looked at first: if that is wrong, the step is too.
static struct outputs try_step(const struct step *s)
{
    const struct outputs out = call_step(s, s->n_rows);
    const struct right right = right_of(s);
    const size_t rows = s->rows ? s->n_rows : 1, d = s->n_rows * s->d_model / rows;
    expect_accepted(out.result, out.w);
    if (out.first)
        expect_floats(out.first, right.first, right.first_off, rows, d);
    if (out.second)
        expect_floats(out.second, right.second, right.second_off, rows, d);
    expect_floats(out.w, right.w, right.w_off, rows, d);
    return out;
}

// ---- drawing steps --------------------------------------------------------------------

static double uniform(double least, double most)
{
    return least + (most - least) * (double)judge_random() / 0x1p32;
}

static float *scaled_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)((double)values[k] * scale);
    return values;
}

static float *squares_of_normals(size_t n, double scale)
{
    float *values = normals(n);
    for (size_t k = 0; k < n; k++)
        values[k] = (float)((double)values[k] * (double)values[k] * scale);
    return values;
}

// n_list different rows, ascending
static uint32_t *random_rows(size_t n_list, size_t n_rows)
{
    uint32_t *rows = judge_ids(n_list);
    size_t k = 0;
    for (size_t v = 0; v < n_rows && k < n_list; v++)
        if (random_between(0, n_rows - v - 1) < n_list - k)
            rows[k++] = (uint32_t)v;
    return rows;
}

static bool takes_list(enum which which)
{
    return which == ADAGRAD || which == SPARSE_ADAM;
}

static struct rule usual(enum which which, uint64_t step)
{
    return (struct rule){.step = step,
                         .rate = 0.1,
                         .momentum = 0.9,
                         .beta1 = 0.9,
                         .beta2 = 0.999,
                         .epsilon = 1e-8,
                         .decay = 0.1,
                         .early = which == SPARSE_ADAM};
}

// Gradients of the size `scale`, and memories that such gradients leave. A number in eight has
// never had a gradient, and has none now; another has none, and its mean or velocity is at rest.
static struct step draw_step(enum which which, size_t n_list, size_t n_rows,
                             size_t d_model, double scale)
{
    const bool has_list = takes_list(which);
    const size_t n = n_rows * d_model, all = n + d_model;
    const size_t n_g = has_list ? n_list * d_model : n;
    float *g = scaled_normals(n_g, scale), *first = judge_floats(all),
          *second = judge_floats(all);
    if (which != ADAGRAD)
        first = scaled_normals(all, 0.3 * scale);
    if (which != MOMENTUM)
        second = squares_of_normals(all, 0.1 * scale * scale);
    uint32_t *rows = has_list ? random_rows(n_list, n_rows) : NULL;
    for (size_t k = 0; k < n_g; k++) {
        const size_t at = rows ? rows[k / d_model] * d_model + k % d_model : k;
        const uint32_t kind = judge_random() % 8;
        if (kind == 0)
            second[at] = 0;
        if (kind <= 1)
            first[at] = g[k] = 0;
    }
    return (struct step){.which = which,
                         .rule = usual(which, random_between(1, 60)),
                         .w = normals(all),
                         .first = which == ADAGRAD ? NULL : first,
                         .second = which == MOMENTUM ? NULL : second,
                         .g = g,
                         .rows = rows,
                         .n_list = n_list,
                         .n_rows = n_rows,
                         .d_model = d_model};
}

static void draw_rule(struct rule *r)
{
    static const double epsilons[] = {1e-8, 1e-3, 0.25, 2};
    r->rate = uniform(0.01, 0.9);
    r->momentum = uniform(0.05, 0.97);
    r->beta1 = uniform(0.05, 0.97);
    r->beta2 = uniform(0.3, 0.9995);
    r->epsilon = epsilons[random_between(0, 3)];
    r->decay = uniform(0.05, 0.9);
}

// Three calls of the same sizes in the same place: other numbers, then another rule and list.
static void try_random_step(enum which which, size_t n_list, size_t n_rows,
                            size_t d_model)
{
    struct step s = draw_step(which, n_list, n_rows, d_model, 1);
    try_step(&s);
    const uint32_t *rows = s.rows;
    s = draw_step(which, n_list, n_rows, d_model, 1);
    s.rows = rows;
    try_step(&s);
    s = draw_step(which, n_list, n_rows, d_model, 1);
    draw_rule(&s.rule);
    try_step(&s);
}

static void try_one_step(enum which which, size_t n_list, size_t n_rows, size_t d_model)
{
    const struct step s = draw_step(which, n_list, n_rows, d_model, 1);
    try_step(&s);
}

static void try_shapes(enum which which)
{
    for (int draw = 0; draw < 5; draw++) {
        const size_t n_rows = draw == 1 ? 1 : random_between(6, 15);
        const size_t d_model = draw == 2 ? 1 : random_between(2, 9);
        const size_t n_list = draw == 1 ? 1 : random_between(2, 5);
        try_random_step(which, n_list, n_rows, d_model);
    }
    try_random_step(which, 16, 32, 16); // whole blocks, and one behind them
    try_one_step(which, 17, 19, 33);
}

// An epsilon that is above 0, and that a float would round to 0; one number is at rest.
static void try_tiny_epsilon(enum which which)
{
    struct step s = draw_step(which, 3, 7, 3, 1);
    const size_t at = s.rows ? s.rows[0] * 3 : 0;
    float *first = which == ADAGRAD ? NULL : (float *)s.first;
    ((float *)s.g)[0] = ((float *)s.second)[at] = 0;
    if (first)
        first[at] = 0;
    s.rule.epsilon = 1e-50;
    try_step(&s);
    s.rule.epsilon = INFINITY; // is above 0 as well
    try_step(&s);
}

// One number alone; and factors that are good, and that a float would round to 1.
static void try_one_and_nearly_one(enum which which)
{
    try_random_step(which, 1, 1, 1);
    struct step s = draw_step(which, 2, 5, 3, 1);
    s.rule.momentum = s.rule.beta1 = s.rule.beta2 = 1 - 1e-9;
    try_step(&s);
    s.rule.momentum = s.rule.beta1 = s.rule.beta2 = -0.0;
    if (which == MOMENTUM)
        try_step(&s);
}

// Any learning rate, gradients of any size, and some that are no numbers.
static void try_rates_and_scales(enum which which)
{
    try_one_and_nearly_one(which);
    static const double rates[] = {0, -0.75, 3, 1e-6, 100};
    static const double scales[] = {1e-3, 1e-6, 1e-12, 1e-20, 1e3, 1e8};
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        struct step s = draw_step(which, 3, 7, 3, 1);
        s.rule.rate = rates[k];
        s.rule.decay = 0.125;
        try_step(&s);
    }
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
        struct step s = draw_step(which, 3, 7, 3, scales[k]);
        try_step(&s);
        s = draw_step(which, 3, 7, 3, scales[k]);
        s.rule.epsilon = scales[k]; // no less than the root, and no more
        if (which == MOMENTUM)
            s.w = scaled_normals(24, scales[k]);
        try_step(&s);
    }
    struct step s = draw_step(which, 3, 7, 3, 1);
    s.rule.rate = 1e-13; // which shows where the weights are 0
    s.w = judge_floats(24);
    try_step(&s);
    s = draw_step(which, 3, 7, 3, 1e-32); // a small step is a step, too
    s.w = judge_floats(24);
    try_step(&s);
    s = draw_step(which, 3, 7, 3, 1);
    ((float *)s.g)[random_between(0, 8)] = NAN;
    try_step(&s);
}

// Betas of 0, one whose power is not small after 3,000 steps, and as many steps as can be.
static void try_betas(enum which which)
{
    struct step s = draw_step(which, 3, 5, 3, 1);
    s.rule.beta1 = 0;
    try_step(&s);
    s = draw_step(which, 3, 5, 3, 1);
    s.rule.beta2 = 0;
    try_step(&s);
    s = draw_step(which, 3, 5, 3, 1);
    s.rule.step = 3000;
    s.rule.beta1 = s.rule.beta2 = 0.9999;
    try_step(&s);
    s = draw_step(which, 3, 5, 3, 1);
    s.rule.step = UINT64_MAX - random_between(0, 99);
    try_step(&s);
}

// The second list has all rows: the first one and the last.
static void try_placements(enum which which)
{
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_one_step(which, 3, 9, 4);
        try_one_step(which, 2, 2, 1);
    }
}

// Where there is no list, there is but one size: how many numbers. A few come before many.
static void try_all_large(enum which which)
{
    if (!takes_list(which)) {
        try_random_step(which, 0, 17, 1);
        try_one_step(which, 0, 132027, 1);
        return;
    }
    try_one_step(which, 1, 2, 66013);
    try_one_step(which, 66003, 70001, 1);
    try_one_step(which, 3001, 3001, 3);
}

// ---- refused, and nothing to do --------------------------------------------------------

static void refuse_step(const struct step *s, const char *why)
{
    const struct outputs out = call_step(s, s->n_rows + 1);
    expect_refused(out.result, out.w, why);
    if (out.first)
        expect_refused(out.result, out.first, why);
    if (out.second)
        expect_refused(out.result, out.second, why);
}

// One number of the rule is bad. Of the bad ones in one place every second comes with many rows.
static void refuse_rule(enum which which, size_t at, double bad, const char *why)
{
    static size_t n_refused[5];
    const size_t n_rows = n_refused[at]++ % 2 == 0 ? random_between(5, 9) : 2503;
    struct step s = draw_step(which, 3, n_rows, 3, 1e3);
    double *const numbers[] = {&s.rule.momentum, &s.rule.beta1, &s.rule.beta2,
                               &s.rule.epsilon, &s.rule.decay};
    *numbers[at] = bad;
    refuse_step(&s, why);
}

static void refuse_betas(enum which which)
{
    static const struct {
        double bad;
        const char *why[2];
    } bad[] = {{1, {"beta1 is 1", "beta2 is 1"}},
               {-0.001, {"beta1 is below 0", "beta2 is below 0"}},
               {-1e-60, {"beta1 is just below 0", "beta2 is just below 0"}},
               {1.5, {"beta1 is above 1", "beta2 is above 1"}},
               {NAN, {"beta1 is NaN", "beta2 is NaN"}},
               {-INFINITY, {"beta1 is minus infinity", "beta2 is minus infinity"}}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t beta = 0; beta < 2; beta++)
            refuse_rule(which, 1 + beta, bad[k].bad, bad[k].why[beta]);
    struct step s = draw_step(which, 2, 5, 2, 1);
    s.rule.step = 0;
    refuse_step(&s, "step is 0, and steps count from 1");
    s.rule.beta1 = s.rule.beta2 = 1;
    refuse_step(&s, "step is 0, and both betas are 1");
}

static void refuse_epsilons(enum which which)
{
    refuse_rule(which, 3, 0, "epsilon is 0, and it must be above 0");
    refuse_rule(which, 3, -1e-8, "epsilon is below 0");
    refuse_rule(which, 3, -1e-60, "epsilon is just below 0");
    refuse_rule(which, 3, NAN, "epsilon is NaN");
}

enum bad_list {
    TWICE_FIRST,
    TWICE_INSIDE,
    TWICE_LAST,
    FALLS_FIRST,
    FALLS_INSIDE,
    FALLS_LAST,
    LAST_IS_TOO_LARGE,
    LAST_IS_LARGEST,
    FIRST_IS_LARGEST,
    INSIDE_IS_HUGE,
    N_BAD_LISTS
};

// Makes a good list of at least three rows a bad one; says why it is.
static const char *spoil(uint32_t *rows, size_t n, size_t n_rows, enum bad_list how)
{
    const size_t places[] = {1, n / 2, n - 1};
    const size_t k = places[how < LAST_IS_TOO_LARGE ? how % 3 : 0];
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
    if (how == LAST_IS_TOO_LARGE) {
        rows[n - 1] = (uint32_t)n_rows;
        return "the last row is vocab_size, and the largest allowed is one less";
    }
    rows[how == FIRST_IS_LARGEST ? 0
         : how == INSIDE_IS_HUGE ? n / 2
                                 : n - 1] =
        how == INSIDE_IS_HUGE ? 0x80000000u : UINT32_MAX;
    return "a row is far from below vocab_size";
}

static void refuse_lists(enum which which, size_t n_list, size_t n_rows, size_t d_model)
{
    const struct step good = draw_step(which, n_list, n_rows, d_model, 1e3);
    for (int how = 0; how < N_BAD_LISTS; how++) {
        struct step s = good;
        uint32_t *rows = judge_ids(n_list);
        memcpy(rows, good.rows, n_list * sizeof *rows);
        const char *why = spoil(rows, n_list, n_rows, (enum bad_list)how);
        s.rows = rows;
        s.rule.rate = how % 3 == 0 ? 0 : 0.5;
        refuse_step(&s, why);
    }
}

static void refuse_all_lists(enum which which)
{
    static uint32_t twice[] = {1, 1}, beyond[] = {5};
    refuse_lists(which, 5, 5, 2); // all rows
    refuse_lists(which, 9, random_between(12, 20), 3);
    refuse_lists(which, 2501, 4001, 1);
    struct step s = draw_step(which, 65538, 65539, 1, 1);
    uint32_t *rows = judge_ids(65538);
    s.rows = rows;
    s.n_list = 65537;
    refuse_step(&s, "row 0 is there 65,537 times");
    for (uint32_t k = 0; k < 65538; k++)
        rows[k] = k < 65537 ? k : 131075;
    s.n_list = 65538;
    refuse_step(&s, "the last row is 131075, far from below vocab_size");
    s = draw_step(which, 2, 5, 3, 1);
    s.rows = twice;
    s.d_model = 0;
    refuse_step(&s, "row 1 is there twice, whatever d_model is");
    s = draw_step(which, 2, 5, 3, 1);
    s.rows = beyond;
    s.n_list = 1;
    refuse_step(&s, "the only row is vocab_size, and the largest allowed is one less");
    s = draw_step(which, 3, 6, 2, 1);
    s.n_rows = 0;
    refuse_step(&s, "with vocab_size 0 no row is below it");
}

static void try_nothing(enum which which, size_t n_list, size_t n_rows, size_t d_model)
{
    struct step s = draw_step(which, 3, 6, 4, 1);
    s.n_list = n_list;
    s.n_rows = n_rows;
    s.d_model = d_model;
    const struct outputs out = call_step(&s, n_rows + 1);
    expect(out.result,
           "It must return true here: nothing is wrong, and nothing is to do.");
    expect(is_untouched(out.w) && (!out.first || is_untouched(out.first)) &&
               (!out.second || is_untouched(out.second)),
           "It changed an array, and there is nothing to do.");
}

// The rows that are not on the list hold what any step would change: NaN, -0, and memories
// that would move the row.
static void try_absent_rows(enum which which, size_t n_list, size_t n_rows,
                            size_t d_model)
{
    static const float odd[] = {NAN, -0.0f, INFINITY, 1e-40f, 1.0f};
    struct step s = draw_step(which, n_list, n_rows, d_model, 1);
    size_t listed = 0;
    for (size_t v = 0; v < n_rows; v++) {
        if (listed < n_list && s.rows[listed] == v) {
            listed++;
            continue;
        }
        for (size_t i = 0; i < d_model; i++)
            ((float *)s.w)[v * d_model + i] = odd[random_between(0, 4)];
    }
    const struct outputs out = call_step(&s, n_rows);
    expect_accepted(out.result, out.w);
    judge_case(
        "Rows that are not on the list must stay as they were, bit for bit, and so "
        "must what is remembered of them.");
    listed = 0;
    for (size_t v = 0; v < n_rows; v++) {
        const size_t at = v * d_model;
        if (listed < n_list && s.rows[listed] == v) {
            listed++;
            continue;
        }
        expect_bits(out.w + at, s.w + at, 1, d_model);
        if (out.first)
            expect_bits(out.first + at, s.first + at, 1, d_model);
        if (out.second)
            expect_bits(out.second + at, s.second + at, 1, d_model);
    }
    judge_case("%s", "");
}

static void try_all_absent_rows(enum which which)
{
    try_random_step(which, 2, 5, 3);
    try_absent_rows(which, 2, 5, 2);
    try_absent_rows(which, random_between(1, 4), random_between(6, 20),
                    random_between(1, 4));
    try_absent_rows(which, 7, 211, 5);
    judge_passed();
}

// ---- one row, seen once ----------------------------------------------------------------

// Five steps of the row (1, -0.5), or of a drawn one, with the gradient (0.3, -0.1), or a drawn
// one, in step 1, and none after it; `ends` is where PyTorch 1.13 leaves the row, in 64 bits.
// For the functions that take a list the row is on none after step 1.
static void try_seen_once(enum which which, const double *ends)
{
    const float zeros[2] = {0, 0};
    const float w[2] = {1, -0.5f}, g[2] = {0.3f, -0.1f};
    const uint32_t row[1] = {0};
    struct step s = {.which = which,
                     .w = ends ? w : normals(2),
                     .first = which == ADAGRAD ? NULL : zeros,
                     .second = which == MOMENTUM ? NULL : zeros,
                     .rows = takes_list(which) ? row : NULL,
                     .n_list = 1,
                     .n_rows = 1,
                     .d_model = 2};
    const float *drawn = normals(2);
    for (uint64_t step = 1; step <= (takes_list(which) ? 1 : 5); step++) {
        s.g = step > 1 ? zeros : ends ? g : drawn;
        s.rule = usual(which, step);
        const struct outputs out = try_step(&s);
        float *kept = judge_floats(6);
        memcpy(kept, out.w, 2 * sizeof *kept);
        s.w = kept;
        if (out.first)
            s.first = memcpy(kept + 2, out.first, 2 * sizeof *kept);
        if (out.second)
            s.second = memcpy(kept + 4, out.second, 2 * sizeof *kept);
    }
    for (size_t i = 0; ends && i < 2; i++)
        expect_number("the row", (double)s.w[i], ends[i], 3e-7);
}

// ---- 6.1 sgd_momentum ------------------------------------------------------------------

Test(sgd_momentum, worked_example)
{
    try_seen_once(MOMENTUM, (const double[]){0.877147, -0.459049});
    try_seen_once(MOMENTUM, NULL);
    judge_passed();
}

Test(sgd_momentum, random_steps)
{
    try_shapes(MOMENTUM);
    struct step s = draw_step(MOMENTUM, 0, 5, 3, 1);
    s.rule.momentum = 0;
    try_step(&s);
    s.rule.momentum = 0.999;
    try_step(&s);
    s = draw_step(MOMENTUM, 0, 1, 1, 1); // one number, which is not 0
    s.first = normals(2);
    s.rule.momentum = 0.9;
    try_step(&s);
    s = draw_step(MOMENTUM, 0, 7, 3, 1e-40); // below the smallest normal float
    s.w = judge_floats(24);
    try_step(&s);
    try_rates_and_scales(MOMENTUM);
    judge_passed();
}

Test(sgd_momentum, large_sizes)
{
    try_all_large(MOMENTUM);
    judge_passed();
}

Test(sgd_momentum, refuses_bad_momentum)
{
    try_random_step(MOMENTUM, 0, 4, 3);
    refuse_rule(MOMENTUM, 0, 1, "momentum is 1, and the row would never stop");
    refuse_rule(MOMENTUM, 0, 1.25, "momentum is above 1");
    refuse_rule(MOMENTUM, 0, -0.001, "momentum is below 0");
    refuse_rule(MOMENTUM, 0, -1e-60, "momentum is just below 0");
    refuse_rule(MOMENTUM, 0, NAN, "momentum is NaN");
    refuse_rule(MOMENTUM, 0, INFINITY, "momentum is infinite");
    try_random_step(MOMENTUM, 0, 4, 3);
    judge_passed();
}

Test(sgd_momentum, accepts_nothing)
{
    try_random_step(MOMENTUM, 0, 2, 2);
    try_nothing(MOMENTUM, 0, 0, 3);
    try_nothing(MOMENTUM, 0, 0, 0);
    try_random_step(MOMENTUM, 0, random_between(2, 5), 2);
    judge_passed();
}

Test(sgd_momentum, stays_in_bounds)
{
    try_placements(MOMENTUM);
    judge_passed();
}

// ---- 6.2 adagrad_rows ------------------------------------------------------------------

Test(adagrad_rows, worked_example)
{
    const float w[4] = {1, 1, 0, 0}, squares[4] = {0, 0.16f, 0, 0}, g[1] = {0.3f};
    const uint32_t row[1] = {1};
    struct step s = {ADAGRAD, usual(ADAGRAD, 1), w, NULL, squares, g, row, 1, 2, 1};
    try_step(&s);
    s.g = normals(1);
    s.w = normals(4);
    try_step(&s);
    try_seen_once(ADAGRAD, (const double[]){0.9, -0.4});
    try_seen_once(ADAGRAD, NULL);
    judge_passed();
}

Test(adagrad_rows, random_tables)
{
    try_shapes(ADAGRAD);
    try_rates_and_scales(ADAGRAD);
    try_tiny_epsilon(ADAGRAD);
    judge_passed();
}

Test(adagrad_rows, leaves_other_rows)
{
    try_all_absent_rows(ADAGRAD);
}

Test(adagrad_rows, large_sizes)
{
    try_all_large(ADAGRAD);
    judge_passed();
}

Test(adagrad_rows, refuses_bad_input)
{
    try_random_step(ADAGRAD, 3, 6, 3);
    refuse_all_lists(ADAGRAD);
    refuse_epsilons(ADAGRAD);
    try_random_step(ADAGRAD, 3, 6, 3);
    judge_passed();
}

Test(adagrad_rows, accepts_no_rows)
{
    try_random_step(ADAGRAD, 1, 3, 2);
    try_nothing(ADAGRAD, 0, 3, 2);
    try_nothing(ADAGRAD, 0, 0, 2);
    try_nothing(ADAGRAD, 3, 6, 0);
    try_random_step(ADAGRAD, 2, random_between(3, 6), 2);
    judge_passed();
}

Test(adagrad_rows, stays_in_bounds)
{
    try_placements(ADAGRAD);
    judge_passed();
}

// ---- 6.3 adam ---------------------------------------------------------------------------

Test(adam, worked_example)
{
    try_seen_once(ADAM, (const double[]){0.702909373, -0.202909402});
    try_seen_once(ADAM, NULL);
    judge_passed();
}

Test(adam, random_steps)
{
    try_shapes(ADAM);
    try_rates_and_scales(ADAM);
    try_tiny_epsilon(ADAM);
    try_betas(ADAM);
    judge_passed();
}

// Weights of 0, so that the step is all that is left; betas near 1, early in training.
static void try_first_steps(enum which which)
{
    struct step fresh = draw_step(which, 3, 6, 3, 1);
    fresh.first = fresh.second = fresh.w = judge_floats(24);
    fresh.rule = usual(which, 1);
    fresh.rule.beta1 = 0.99999;
    fresh.rule.beta2 = 1 - 1e-10;
    try_step(&fresh);
    static const double betas[] = {0.999, 0.9999, 0.99999};
    for (uint64_t step = 1; step <= 3; step++)
        for (size_t b = 0; b < 3; b++) {
            struct step s = draw_step(which, 3, 6, 3, 1);
            memset((float *)s.w, 0, 18 * sizeof *s.w);
            s.rule = usual(which, step);
            s.rule.beta1 = step == 2 ? betas[b] : 0.9;
            s.rule.beta2 = betas[b];
            try_step(&s);
        }
}

Test(adam, corrections_in_double)
{
    judge_remark(
        "Take 1 - beta and both corrections in double, from the betas as they come.");
    try_first_steps(ADAM);
    judge_passed();
}

// Steps that no loop should count to and no int can hold, with betas for which they matter.
static void try_late_steps(enum which which)
{
    const uint64_t steps[] = {2000,        1000003,      2147483648u,
                              4294967297u, 10000000000u, 9007199254740992u};
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
        for (int near = 0; near < 2; near++) {
            struct step s = draw_step(which, 2, 4, 2, 1);
            s.rule.step = steps[k];
            s.rule.beta2 =
                near ? 1 - 0.3 / (double)(steps[k] < 1000000000 ? steps[k] : 1000000000)
                     : 0.999;
            if (near)
                s.first = scaled_normals(10, 1), s.second = squares_of_normals(10, 1);
            try_step(&s);
        }
}

Test(adam, late_steps)
{
    try_late_steps(ADAM);
    judge_passed();
}

Test(adam, large_sizes)
{
    try_all_large(ADAM);
    judge_passed();
}

Test(adam, refuses_bad_numbers)
{
    try_random_step(ADAM, 0, 4, 3);
    refuse_betas(ADAM);
    refuse_epsilons(ADAM);
    try_random_step(ADAM, 0, 4, 3);
    judge_passed();
}

Test(adam, accepts_nothing)
{
    try_random_step(ADAM, 0, 2, 2);
    try_nothing(ADAM, 0, 0, 3);
    try_nothing(ADAM, 0, 0, 0);
    try_random_step(ADAM, 0, random_between(2, 5), 2);
    judge_passed();
}

Test(adam, stays_in_bounds)
{
    try_placements(ADAM);
    judge_passed();
}

// ---- 6.4 adamw --------------------------------------------------------------------------

Test(adamw, worked_example)
{
    try_seen_once(ADAMW, (const double[]){0.661284974, -0.185789979});
    try_seen_once(ADAMW, NULL);
    judge_passed();
}

Test(adamw, random_steps)
{
    try_shapes(ADAMW);
    try_rates_and_scales(ADAMW);
    try_first_steps(ADAMW);
    try_tiny_epsilon(ADAMW);
    try_betas(ADAMW);
    judge_passed();
}

// Weights beside which the gradients are small: what decay leaks into mean and square shows.
static void try_heavy_weights(double decay, double scale)
{
    struct step s = draw_step(ADAMW, 0, 5, 4, 1e-3);
    s.w = scaled_normals(24, scale);
    s.rule.decay = decay;
    s.rule.rate = uniform(0.1, 0.6);
    try_step(&s);
}

// Weights of any size that no gradient has reached: decay is all that moves them.
static void try_resting_weights(double scale)
{
    struct step s = draw_step(ADAMW, 0, 5, 4, 1);
    s.w = scaled_normals(24, scale);
    s.first = s.g = judge_floats(24);
    s.rule.decay = uniform(0.05, 0.9);
    s.rule.rate = uniform(0.1, 0.6);
    try_step(&s);
}

Test(adamw, decay_stays_outside)
{
    for (double scale = 1e3; scale > 1e-30; scale *= 1e-5)
        try_resting_weights(scale);
    const double decays[] = {0, 1e-4, 0.5, 1.5, 4, -0.0, INFINITY};
    for (size_t k = 0; k < sizeof decays / sizeof *decays; k++) {
        try_heavy_weights(decays[k], 1);
        try_heavy_weights(decays[k], 100);
    }
    judge_passed();
}

Test(adamw, large_sizes)
{
    try_all_large(ADAMW);
    try_late_steps(ADAMW);
    judge_passed();
}

Test(adamw, refuses_bad_numbers)
{
    try_random_step(ADAMW, 0, 4, 3);
    refuse_betas(ADAMW);
    refuse_epsilons(ADAMW);
    refuse_rule(ADAMW, 4, -0.001, "weight_decay is below 0");
    refuse_rule(ADAMW, 4, -1e-60, "weight_decay is just below 0");
    refuse_rule(ADAMW, 4, -0x1p-1074, "weight_decay is just below 0");
    refuse_rule(ADAMW, 4, NAN, "weight_decay is NaN");
    try_nothing(ADAMW, 0, 0, 3);
    try_random_step(ADAMW, 0, 4, 3);
    judge_passed();
}

Test(adamw, stays_in_bounds)
{
    try_placements(ADAMW);
    judge_passed();
}

// ---- 6.5 sparse_adam --------------------------------------------------------------------

Test(sparse_adam, worked_example)
{
    try_seen_once(SPARSE_ADAM, (const double[]){0.900000105, -0.400000316});
    try_seen_once(SPARSE_ADAM, NULL);
    judge_passed();
}

Test(sparse_adam, random_tables)
{
    try_shapes(SPARSE_ADAM);
    try_rates_and_scales(SPARSE_ADAM);
    try_tiny_epsilon(SPARSE_ADAM);
    try_betas(SPARSE_ADAM);
    judge_passed();
}

Test(sparse_adam, place_of_epsilon)
{
    const double epsilons[] = {1e-5, 1e-3, 0.1, 1};
    for (size_t k = 0; k < sizeof epsilons / sizeof *epsilons; k++) {
        struct step s = draw_step(SPARSE_ADAM, 3, 6, 3, 1);
        s.rule.epsilon = epsilons[k];
        s.rule.step = random_between(1, 5);
        try_step(&s);
        s.rule.step = random_between(100, 900);
        try_step(&s);
        s.rule.step = random_between(2000, 5000);
        s.rule.beta2 = 0.9999;
        try_step(&s);
    }
    judge_passed();
}

Test(sparse_adam, leaves_other_rows)
{
    try_all_absent_rows(SPARSE_ADAM);
}

// A row whose word comes for the first time late: PyTorch's first step, in learning rates.
static void try_late_row(uint64_t step, double way)
{
    const float zero[2] = {0, 0}, w[2] = {0, 0}, one[1] = {1};
    const uint32_t row[1] = {0};
    struct step s = {
        SPARSE_ADAM, usual(SPARSE_ADAM, step), w, zero, zero, one, row, 1, 1, 1};
    s.rule.rate = 1;
    const struct outputs out = try_step(&s);
    expect_number("the way", -(double)out.w[0], way, 2e-6);
}

Test(sparse_adam, one_count_for_all)
{
    try_late_row(1, 0.999999684);
    try_late_row(2, 0.744136588);
    try_late_row(10, 0.484426233);
    try_late_row(100, 0.975770724);
    try_late_row(1000, 2.51456592);
    try_late_steps(SPARSE_ADAM);
    try_first_steps(SPARSE_ADAM);
    judge_passed();
}

Test(sparse_adam, large_sizes)
{
    try_all_large(SPARSE_ADAM);
    judge_passed();
}

Test(sparse_adam, refuses_bad_lists)
{
    try_random_step(SPARSE_ADAM, 3, 6, 3);
    refuse_all_lists(SPARSE_ADAM);
    try_random_step(SPARSE_ADAM, 3, 6, 3);
    judge_passed();
}

Test(sparse_adam, refuses_bad_numbers)
{
    try_random_step(SPARSE_ADAM, 3, 6, 3);
    refuse_betas(SPARSE_ADAM);
    refuse_epsilons(SPARSE_ADAM);
    try_random_step(SPARSE_ADAM, 3, 6, 3);
    judge_passed();
}

Test(sparse_adam, accepts_no_rows)
{
    try_random_step(SPARSE_ADAM, 1, 3, 2);
    try_nothing(SPARSE_ADAM, 0, 3, 2);
    try_nothing(SPARSE_ADAM, 0, 0, 2);
    try_nothing(SPARSE_ADAM, 3, 6, 0);
    try_random_step(SPARSE_ADAM, 2, random_between(3, 6), 2);
    judge_passed();
}

Test(sparse_adam, stays_in_bounds)
{
    try_placements(SPARSE_ADAM);
    judge_passed();
}

// ---- 6.6 adam_drift ---------------------------------------------------------------------

// Step by step until nothing more can come, the corrections by expm1: no digit is lost in them.
static double right_way(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    const double ratio = beta1 / sqrt(beta2), rest = (double)(from - seen);
    double length = (1 - beta1) / sqrt(1 - beta2) * (rest > 0 ? pow(ratio, rest) : 1),
           sum = 0;
    const double enough = 1e-13 * (1 - ratio);
    for (double n = (double)from, largest = 0;; n++, length *= ratio) {
        const double used1 = beta1 > 0 ? -expm1(n * log(beta1)) : 1,
                     used2 = -expm1(n * log(beta2));
        const double step = length * sqrt(used2) / used1;
        sum += step;
        largest = fmax(largest, sum);
        if (length == 0 || length / used1 < enough * largest)
            return sum;
    }
}

static void try_way(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    fresh_case();
    const double got = CALL(adam_drift, seen, from, beta1, beta2);
    const double wanted = right_way(seen, from, beta1, beta2);
    expect_number("the way", got, wanted, 1e-9 * wanted);
}

static void try_published(uint64_t seen, uint64_t from, double way)
{
    fresh_case();
    const double got = CALL(adam_drift, seen, from, 0.9, 0.999);
    expect_number("the way", got, way, 2e-8 * way);
}

Test(adam_drift, worked_example)
{
    try_way(1, 1, 0.5, 0.64);
    try_way(1, 2, 0.5, 0.64);
    try_way(1000, 1000, 0.5, 0.64);
    try_way(1, random_between(1, 4), uniform(0.3, 0.5), uniform(0.51, 0.9));
    judge_passed();
}

Test(adam_drift, reference_ways)
{
    try_published(1, 1, 6.0055079);
    try_published(1, 2, 6.0055079 - 1);
    try_published(1, 3, 6.0055079 - 1.67005825);
    try_published(1, 11, 6.0055079 - 4.18761193);
    try_way(1, random_between(2, 30), 0.9, uniform(0.99, 0.9999));
    judge_passed();
}

Test(adam_drift, random_ways)
{
    try_way(1, 1, 0.95,
            uniform(0.94, 0.949)); // beta2 is less, and its square root is not
    for (int draw = 0; draw < 12; draw++) {
        const double beta1 = uniform(0.05, 0.97), least = beta1 * beta1;
        const double beta2 = uniform(least + 0.02 * (1 - least), 0.9999);
        const uint64_t seen = random_between(1, 50);
        try_way(seen, seen + (draw % 3 == 0 ? 0 : random_between(1, 40)), beta1, beta2);
    }
    const double beta = uniform(0.3, 0.7); // far out its power is the one that is left
    try_way(2, 5, beta, beta * uniform(beta + 0.2 * (1 - beta), 0.9));
    try_way(3, 3, 0, uniform(0.5, 0.99));
    try_way(2, 4, 0.1, uniform(0.02, 0.09)); // hardly anything is remembered
    try_way(random_between(2, 9), 10, 0, 0.99);
    judge_passed();
}

// Late in training, where nothing may count to the step, and long after the row was seen.
Test(adam_drift, late_ways)
{
    const uint64_t steps[] = {1000, 100000, 4294967297u, 10000000000u, 1000000000000u};
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        const uint64_t seen = steps[k] + random_between(0, 100);
        try_way(seen, seen, 0.9, 0.999);
        try_way(seen, seen + random_between(1, 60), 0.9, 0.999);
    }
    try_way(1, random_between(180, 220), 0.9,
            uniform(0.998, 0.9995)); // below a millionth
    try_way(5, 5, 0.99, 0.9999);
    try_way(1, random_between(300, 400), 0.99, 0.9999);
    try_way(random_between(1, 9), 20, 0.999, 0.9999); // 20,000 steps matter
    try_way(18400 + random_between(0, 60), 18461, 0.9,
            0.999);                                      // 0.999^n is 10^-8, and not 0
    try_way(1, 600 + random_between(0, 9), 0.5, 0.64);   // below 10^-120
    try_way(random_between(1, 9), 10500, 0.998, 0.9999); // not below 10^-9
    try_way(150000, 150000 + random_between(0, 9), 0.9, 0.99999); // 0.99999^n is 0.2
    try_way(4294967296u, 4294967296u + random_between(0, 9), 0.9, 0.999);
    judge_remark("So long after the row was seen, nothing is left to come.");
    try_way(random_between(1, 9), 1000000, 0.9, 0.999);
    judge_passed();
}

static void try_endless(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    fresh_case();
    const double got = CALL(adam_drift, seen, from, beta1, beta2);
    expect(got == INFINITY,
           "beta1^2 is not below beta2: the steps do not get shorter, and the way is "
           "INFINITY, not %g.",
           got);
}

Test(adam_drift, endless_ways)
{
    try_way(2, random_between(2, 9), 0.9, 0.999);
    try_endless(1, 1, 0.99, 0.9);
    try_endless(1, 2, 0.5, 0.25);
    try_endless(7, 12, 0.75, 0.5625);
    try_endless(1000, 1000, 0.9, 0.3);
    try_endless(1, 1, 0.9, uniform(0.1, 0.8));
    try_way(1, 1, 0.5, uniform(0.2501, 0.4) + 0.1);
    judge_passed();
}

static void refuse_way(uint64_t seen, uint64_t from, double beta1, double beta2,
                       const char *why)
{
    fresh_case();
    const double got = CALL(adam_drift, seen, from, beta1, beta2);
    expect(isnan(got), "%s: the answer is NAN, not %g.", why, got);
}

Test(adam_drift, refuses_bad_input)
{
    try_way(2, random_between(2, 9), 0.9, 0.999);
    refuse_way(0, 1, 0.9, 0.999, "seen is 0, and steps count from 1");
    refuse_way(0, 0, 0.9, 0.999, "seen and from are 0, and steps count from 1");
    refuse_way(5, 4, 0.9, 0.999, "from is below seen");
    refuse_way(4294967297u, 2, 0.9, 0.999, "from is below seen");
    refuse_way(1, 1, 1, 0.999, "beta1 is 1");
    refuse_way(1, 1, 1.5, 0.999, "beta1 is above 1");
    refuse_way(1, 1, -0.1, 0.999, "beta1 is below 0");
    try_way(3, 4, -0.0, 0.99); // which is not below 0
    refuse_way(1, 1, NAN, 0.999, "beta1 is NaN");
    refuse_way(1, 1, 0.9, 1, "beta2 is 1");
    refuse_way(1, 1, 0.9, 1.5, "beta2 is above 1");
    refuse_way(1, 1, 0.9, 0, "beta2 is 0");
    refuse_way(1, 1, 0, 0, "both betas are 0");
    refuse_way(1, 1, 0.9, -0.999, "beta2 is below 0");
    refuse_way(1, 1, 0.9, NAN, "beta2 is NaN");
    refuse_way(0, 1, 0.99, 0.9, "seen is 0, though the way would be without end");
    try_way(random_between(1, 9), 20, 0.9, uniform(0.99, 0.9999));
    judge_passed();
}
