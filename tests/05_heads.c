// Tests of chapter 5, heads. A suite is a function, a test one thing that can be wrong.
#include "05_heads.h"
#include "judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

JUDGE_CHAPTER(5);

// ---- 5.1 tied_backward and 5.2 tied_projection_backward --------------------------------

struct tied {
    const float *dlogits, *wte, *m; // m NULL: exercise 5.1
    const uint32_t *ids;
    size_t n_tokens, vocab_size, d_model;
};

// What is left out, added, or read the wrong way round. 0 is right.
enum {
    NO_INPUT = 1,        // no input half
    NO_OUTPUT = 2,       // no output half
    NO_START = 4,        // what was there before is lost
    BY_POSITION = 8,     // t for ids[t]
    DLOGITS_ACROSS = 16, // dlogits read as [vocab_size][n_tokens]
    EXCHANGED = 32,      // each row gets its own row, not the other one
    NOT_ITSELF = 64,     // the pair of a word with itself is left out
    LAST_ONLY = 128,     // of an id that occurs again, only the last input half
    SIZES = 256,         // sums of absolute values, for the tolerance
    MINUS = 512,         // subtracted
    H_ACROSS = 1024,     // m[j][i] for m[i][j] on the way to h
    IN_ACROSS = 2048,    // m[j][i] for m[i][j] in the input half
    NO_M = 4096,         // the input half gets dh, without the matrix
    X_FOR_H = 8192,      // the output half gets the row that was read, not h
    DM_ACROSS = 16384,   // dm is transposed
    DM_FROM_H = 32768,   // dm gets h[i] dh[j]
};

static double signless(double value, int how)
{
    return how & SIZES ? fabs(value) : value;
}

static uint32_t read_id(const struct tied *p, size_t t, int how)
{
    return how & BY_POSITION ? (uint32_t)(t % p->vocab_size) : p->ids[t];
}

static double dlogit(const struct tied *p, size_t t, size_t v, int how)
{
    double sign = how & MINUS ? -1 : 1;
    return sign *
           signless((double)(how & DLOGITS_ACROSS ? p->dlogits[v * p->n_tokens + t]
                                                  : p->dlogits[t * p->vocab_size + v]),
                    how);
}

static bool comes_again(const struct tied *p, size_t t)
{
    for (size_t later = t + 1; later < p->n_tokens; later++)
        if (p->ids[later] == p->ids[t])
            return true;
    return false;
}

static double *starting(const float *start, size_t n, int how)
{
    double *values = judge_doubles(n);
    for (size_t k = 0; start != NULL && !(how & NO_START) && k < n; k++)
        values[k] = signless((double)start[k], how);
    return values;
}

// Exercise 5.1: dwte, when it started as `start` (NULL: zeros).
static double *traces(const struct tied *p, const float *start, int how)
{
    const size_t d = p->d_model;
    double *dwte = starting(start, p->vocab_size * d, how);
    for (size_t t = 0; t < p->n_tokens; t++)
        for (size_t v = 0; v < p->vocab_size; v++) {
            size_t x = read_id(p, t, how);
            if (how & NOT_ITSELF && v == x)
                continue;
            size_t for_x = how & EXCHANGED ? x : v, for_v = how & EXCHANGED ? v : x;
            for (size_t i = 0; i < d; i++) {
                double slope = dlogit(p, t, v, how);
                if (!(how & NO_INPUT) && !(how & LAST_ONLY && comes_again(p, t)))
                    dwte[x * d + i] +=
                        slope * signless((double)p->wte[for_x * d + i], how);
                if (!(how & NO_OUTPUT))
                    dwte[v * d + i] +=
                        slope * signless((double)p->wte[for_v * d + i], how);
            }
        }
    return dwte;
}

// Exercise 5.2: dwte, and dm.
static double *projected(double *dm, const struct tied *p, const float *start, int how)
{
    const size_t d = p->d_model;
    double *dwte = starting(start, p->vocab_size * d, how);
    for (size_t t = 0; t < p->n_tokens; t++) {
        const size_t x = read_id(p, t, how);
        double *h = judge_doubles(d), *dh = judge_doubles(d);
        for (size_t j = 0; j < d; j++) {
            for (size_t i = 0; i < d; i++)
                h[j] +=
                    signless((double)p->wte[x * d + i], how) *
                    signless((double)p->m[how & H_ACROSS ? j * d + i : i * d + j], how);
            for (size_t v = 0; v < p->vocab_size; v++)
                dh[j] += dlogit(p, t, v, how) * signless((double)p->wte[v * d + j], how);
        }
        for (size_t j = 0; j < d; j++)
            for (size_t v = 0; !(how & NO_OUTPUT) && v < p->vocab_size; v++)
                dwte[v * d + j] += dlogit(p, t, v, how) *
                                   (how & X_FOR_H ? (double)p->wte[x * d + j] : h[j]);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++) {
                double from =
                    how & DM_FROM_H ? h[i] : signless((double)p->wte[x * d + i], how);
                double factor =
                    how & NO_M
                        ? (double)(i == j)
                        : signless((double)p->m[how & IN_ACROSS ? j * d + i : i * d + j],
                                   how);
                if (!(how & NO_INPUT) && !(how & LAST_ONLY && comes_again(p, t)))
                    dwte[x * d + i] += factor * dh[j];
                dm[how & DM_ACROSS ? j * d + i : i * d + j] += from * dh[j];
            }
    }
    return dwte;
}

// A sum of n floats in any order is within (n - 1) 2^-24 of the sum of sizes, and each of the
// products adds a rounding; three sums stand behind each other in 5.2. Four times that.
static double *rounding(double *sizes, const struct tied *p, size_t n)
{
    double terms = (double)(2 * p->n_tokens + p->vocab_size + 2 * p->d_model + 4);
    for (size_t k = 0; k < n; k++)
        sizes[k] = sizes[k] * terms * 0x1p-24 + 1e-30;
    return sizes;
}

static double *halved(const struct tied *p, const float *start)
{
    double *wanted = traces(p, start, 0),
           *first = starting(start, p->vocab_size * p->d_model, 0);
    for (size_t k = 0; k < p->vocab_size * p->d_model; k++)
        wanted[k] = first[k] + 0.5 * (wanted[k] - first[k]);
    return wanted;
}

static double *divided(const struct tied *p, const float *start)
{
    double *wanted = traces(p, start, 0),
           *first = starting(start, p->vocab_size * p->d_model, 0);
    for (size_t k = 0; k < p->vocab_size * p->d_model; k++)
        wanted[k] = first[k] + (wanted[k] - first[k]) / (double)p->n_tokens;
    return wanted;
}

// The output half taken from dwte, which the input half has just been added to.
static double *from_gradient(const struct tied *p, const float *start)
{
    const size_t d = p->d_model;
    double *dwte = starting(start, p->vocab_size * d, 0);
    for (size_t t = 0; t < p->n_tokens; t++)
        for (size_t v = 0; v < p->vocab_size; v++)
            for (size_t i = 0; i < d; i++) {
                dwte[p->ids[t] * d + i] += dlogit(p, t, v, 0) * (double)p->wte[v * d + i];
                dwte[v * d + i] += dlogit(p, t, v, 0) * dwte[p->ids[t] * d + i];
            }
    return dwte;
}

static void expect_tied(const float *dwte, const struct tied *p, const float *start)
{
    const struct mistake mistakes[] = {
        {"The output half is missing: row v gets dlogits[t][v] times the row that was "
         "read.",
         traces(p, start, NO_OUTPUT)},
        {"The input half is missing: the row that was read gets dlogits[t][v] times row "
         "v.",
         traces(p, start, NO_INPUT)},
        {"What dwte held before is lost: += adds, and the caller zeroes.",
         traces(p, start, NO_START)},
        {"This takes row t for row ids[t].", traces(p, start, BY_POSITION)},
        {"dlogits is read as [vocab_size][n_tokens]; it is [n_tokens][vocab_size].",
         traces(p, start, DLOGITS_ACROSS)},
        {"The roles are exchanged: row v gets the row that was read, and that one gets "
         "row v.",
         traces(p, start, EXCHANGED)},
        {"The pair of a word with itself is left out: there both halves fall into one "
         "row.",
         traces(p, start, NOT_ITSELF)},
        {"Of an id that occurs again only the last input half is kept: they add up.",
         traces(p, start, LAST_ONLY)},
        {"This is the mean of the two halves: they are added.", halved(p, start)},
        {"dlogits is already divided by n_tokens: do not divide again.",
         divided(p, start)},
        {"The sign is turned: a gradient is added here, and subtracted by whoever "
         "trains.",
         traces(p, start, MINUS)},
        {"This reads dwte where wte belongs: both halves are taken from wte, which "
         "stays.",
         from_gradient(p, start)},
        {NULL, NULL},
    };
    expect_floats("dwte", dwte, traces(p, start, 0),
                  rounding(traces(p, start, SIZES), p, p->vocab_size * p->d_model),
                  p->vocab_size, p->d_model, mistakes);
}

struct both {
    double *dwte, *dm;
};

static struct both gradients(const struct tied *p, const float *start, const float *dm,
                             int how)
{
    double *of_m = starting(dm, p->d_model * p->d_model, how);
    double *of_wte = projected(of_m, p, start, how);
    return (struct both){of_wte, of_m};
}

static void expect_projected(const float *dwte, const float *dm, const struct tied *p,
                             const float *start, const float *start_m)
{
    static const struct {
        const char *says;
        int how;
    } wrong[] = {
        {"The output half is missing: row v gets dlogits[t][v] times h.", NO_OUTPUT},
        {"The input half is missing: the row that was read gets m times dh.", NO_INPUT},
        {"What was there before is lost: += adds, and the caller zeroes.", NO_START},
        {"This takes row t for row ids[t].", BY_POSITION},
        {"dlogits is read as [vocab_size][n_tokens]; it is [n_tokens][vocab_size].",
         DLOGITS_ACROSS},
        {"m is transposed on the way to h: h[j] = sum over i of wte[x][i] m[i][j].",
         H_ACROSS},
        {"m is transposed in the input half: number i gets m[i][j] dh[j].", IN_ACROSS},
        {"m is transposed in both places.", H_ACROSS | IN_ACROSS},
        {"The matrix is missing in the input half: it gets m times dh, not dh.", NO_M},
        {"The output half gets the row that was read: it should get h, that row times m.",
         X_FOR_H},
        {"The matrix is left out altogether.", NO_M | X_FOR_H},
        {"Of an id that occurs again only the last input half is kept: they add up.",
         LAST_ONLY},
        {"dm is transposed: dm[i][j] += wte[x][i] dh[j].", DM_ACROSS},
        {"dm gets h[i] dh[j]: what entered the matrix is wte[x][i].", DM_FROM_H},
        {"The sign is turned: a gradient is added here, and subtracted by whoever "
         "trains.",
         MINUS},
    };
    enum { N_WRONG = sizeof wrong / sizeof *wrong };
    struct mistake of_wte[N_WRONG + 1] = {{NULL, NULL}},
                                    of_m[N_WRONG + 2] = {{NULL, NULL}};
    for (size_t k = 0; k < N_WRONG; k++) {
        struct both gives = gradients(p, start, start_m, wrong[k].how);
        of_wte[k] = (struct mistake){wrong[k].says, gives.dwte};
        of_m[k] = (struct mistake){wrong[k].says, gives.dm};
    }
    const size_t d = p->d_model;
    struct both wanted = gradients(p, start, start_m, 0);
    struct both sizes = gradients(p, start, start_m, SIZES);
    of_m[N_WRONG] =
        (struct mistake){"Nothing is added to dm.", starting(start_m, d * d, 0)};
    expect_floats("dwte", dwte, wanted.dwte, rounding(sizes.dwte, p, p->vocab_size * d),
                  p->vocab_size, d, of_wte);
    expect_floats("dm", dm, wanted.dm, rounding(sizes.dm, p, d * d), d, d, of_m);
}

static void describe(const struct tied *p)
{
    judge_case("ids %s, n_tokens %zu, vocab_size %zu, d_model %zu",
               list_ids(p->ids, p->n_tokens), p->n_tokens, p->vocab_size, p->d_model);
}

static struct tied fenced(const struct tied *p)
{
    const size_t n = p->vocab_size * p->d_model;
    struct tied in = *p;
    in.dlogits = floats_in("dlogits", p->dlogits, p->n_tokens * p->vocab_size);
    in.wte = floats_in("wte", p->wte, n);
    in.m = p->m == NULL ? NULL : floats_in("m", p->m, p->d_model * p->d_model);
    in.ids = ids_in("ids", p->ids, p->n_tokens);
    return in;
}

static void try_tied(const struct tied *p, const float *start)
{
    const struct tied in = fenced(p);
    float *dwte = floats_inout("dwte", start, p->vocab_size * p->d_model);
    describe(p);
    expect_accepted(CALL(tied_backward, dwte, in.dlogits, in.wte, in.ids, p->n_tokens,
                         p->vocab_size, p->d_model),
                    dwte);
    expect_tied(dwte, p, start);
}

static void try_projected(const struct tied *p, const float *start, const float *start_m)
{
    const struct tied in = fenced(p);
    float *dwte = floats_inout("dwte", start, p->vocab_size * p->d_model);
    float *dm = floats_inout("dm", start_m, p->d_model * p->d_model);
    describe(p);
    expect_accepted(CALL(tied_projection_backward, dwte, dm, in.dlogits, in.wte, in.m,
                         in.ids, p->n_tokens, p->vocab_size, p->d_model),
                    dwte);
    expect_projected(dwte, dm, p, start, start_m);
}

static struct tied draw_tied(size_t n_tokens, size_t vocab_size, size_t d_model,
                             bool matrix)
{
    float *dlogits = judge_floats(n_tokens * vocab_size);
    float *wte = judge_floats(vocab_size * d_model);
    float *m = matrix ? judge_floats(d_model * d_model) : NULL;
    uint32_t *ids = judge_ids(n_tokens);
    fill_normal(dlogits, n_tokens * vocab_size);
    fill_normal(wte, vocab_size * d_model);
    if (matrix)
        fill_normal(m, d_model * d_model);
    fill_ids(ids, n_tokens, vocab_size);
    return (struct tied){dlogits, wte, m, ids, n_tokens, vocab_size, d_model};
}

// Shapes of three different sizes; ids repeat. Then a single row, number, position.
static const size_t shapes[6][3] = {{5, 7, 3}, {6, 11, 4}, {9, 4, 6},
                                    {1, 5, 3}, {4, 1, 3},  {3, 6, 1}};

static void try_shapes(bool matrix, bool zeros)
{
    for (size_t s = 0; s < 6; s++) {
        struct tied p = draw_tied(shapes[s][0], shapes[s][1], shapes[s][2], matrix);
        float *start = judge_floats(p.vocab_size * p.d_model);
        float *start_m = judge_floats(p.d_model * p.d_model);
        if (!zeros) {
            fill_normal(start, p.vocab_size * p.d_model);
            fill_normal(start_m, p.d_model * p.d_model);
        }
        if (matrix)
            try_projected(&p, start, start_m);
        else
            try_tied(&p, start);
    }
}

// The table, ids and targets of the chapter's small example (oracle E2: made with PyTorch's
// autograd in 64 bits, logits = E[x] E^T), and the dlogits that its softmax gives.
static const float small_wte[4 * 2] = {0.1f, -0.2f, 0.2f, -0.1f, 0.3f, 0.0f, 0.4f, 0.1f};
static const uint32_t small_ids[4] = {0, 2, 2, 1};
static const uint32_t small_targets[4] = {1, 3, 0, 2};
static const double small_gradient[4 * 2] = {
    -0.00832555311, -0.00665717626, 0.018451232,   0.0190321804,
    0.00870016889,  0.00815670768,  -0.0169513258, -0.0186571898};

static double score(const double *in, const double *out, const double *m, size_t x,
                    size_t v)
{
    double sum = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            sum += in[x * 2 + i] * (m != NULL ? m[i * 2 + j] : (double)(i == j)) *
                   out[v * 2 + j];
    return sum;
}

static double small_loss(const double *wte, const double *m)
{
    double loss = 0;
    for (size_t t = 0; t < 4; t++) {
        double sum = 0, right = score(wte, wte, m, small_ids[t], small_targets[t]);
        for (size_t v = 0; v < 4; v++)
            sum += exp(score(wte, wte, m, small_ids[t], v) - right);
        loss += log(sum) / 4;
    }
    return loss;
}

static void small_dlogits(float *dlogits, const double *wte, const double *m)
{
    for (size_t t = 0; t < 4; t++) {
        double sum = 0;
        for (size_t v = 0; v < 4; v++)
            sum += exp(score(wte, wte, m, small_ids[t], v));
        for (size_t v = 0; v < 4; v++)
            dlogits[t * 4 + v] = (float)((exp(score(wte, wte, m, small_ids[t], v)) / sum -
                                          (v == small_targets[t])) /
                                         4);
    }
}

// Each number of `at` nudged up and down, the others kept.
static void nudge_all(double *slopes, double *at, size_t n, const double *wte,
                      const double *m)
{
    const double step = 1e-4;
    for (size_t k = 0; k < n; k++) {
        double kept = at[k];
        at[k] = kept + step;
        double up = small_loss(wte, m);
        at[k] = kept - step;
        slopes[k] = (up - small_loss(wte, m)) / (2 * step);
        at[k] = kept;
    }
}

static void widen(double *out, const float *values, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (double)values[k];
}

static double *within(double allowed, size_t n)
{
    double *values = judge_doubles(n);
    for (size_t k = 0; k < n; k++)
        values[k] = allowed;
    return values;
}

static const struct mistake no_mistakes[] = {{NULL, NULL}};

Test(tied_backward, worked_example)
{
    const float wte[2] = {2, 3}, dlogits[2] = {0.5f, -0.5f}, zeros[2] = {0, 0};
    const uint32_t id = 1;
    const struct tied p = {dlogits, wte, NULL, &id, 1, 2, 1};
    try_tied(&p, zeros);
    judge_passed();
}

Test(tied_backward, reference_gradient)
{
    double wte[8];
    float dlogits[16], zeros[8] = {0};
    widen(wte, small_wte, 8);
    small_dlogits(dlogits, wte, NULL);
    const struct tied p = {dlogits, small_wte, NULL, small_ids, 4, 4, 2}, in = fenced(&p);
    float *dwte = floats_inout("dwte", zeros, 8);
    describe(&p);
    expect_accepted(CALL(tied_backward, dwte, in.dlogits, in.wte, in.ids, 4, 4, 2), dwte);
    expect_tied(dwte, &p, zeros);
    expect_floats("dwte", dwte, small_gradient, within(1e-7, 8), 4, 2, no_mistakes);
    judge_passed();
}

Test(tied_backward, finite_differences)
{
    double wte[8], slopes[8];
    float start[8], dlogits[16], zeros[8] = {0};
    fill_normal(start, 8);
    widen(wte, start, 8);
    small_dlogits(dlogits, wte, NULL);
    nudge_all(slopes, wte, 8, wte, NULL);
    const struct tied p = {dlogits, start, NULL, small_ids, 4, 4, 2}, in = fenced(&p);
    float *dwte = floats_inout("dwte", zeros, 8);
    describe(&p);
    judge_remark(
        "What is wanted was found by nudging each number of the table up and down "
        "and looking at the loss.");
    expect_accepted(CALL(tied_backward, dwte, in.dlogits, in.wte, in.ids, 4, 4, 2), dwte);
    expect_floats("dwte", dwte, slopes, within(2e-6, 8), 4, 2, no_mistakes);
    judge_passed();
}

Test(tied_backward, random_shapes)
{
    try_shapes(false, true);
    judge_passed();
}

Test(tied_backward, adds_to_what_is_there)
{
    try_shapes(false, false);
    judge_passed();
}

static const char *const bad_id[4] = {
    "ids[0] is 5, and the largest id is vocab_size - 1 = 4",
    "ids[1] is 5, and the largest id is vocab_size - 1 = 4",
    "the last id, 9, is not below vocab_size 5",
    "the last id is 4294967295, which is not below vocab_size 5",
};
static const uint32_t bad_ids[4][3] = {
    {5, 1, 2}, {3, 5, 0}, {0, 1, 9}, {2, 0, UINT32_MAX}};

Test(tied_backward, refuses_bad_ids)
{
    struct tied p = draw_tied(3, 5, 2, false);
    float start[12];
    fill_normal(start, 12);
    try_tied(&p, start);
    for (size_t k = 0; k < 4; k++) {
        p.ids = bad_ids[k];
        const struct tied in = fenced(&p);
        // A row more than asked for, so that a trace in row 5 is seen as a change.
        float *dwte = floats_inout("dwte", start, 12);
        describe(&p);
        expect_refused(CALL(tied_backward, dwte, in.dlogits, in.wte, in.ids, 3, 5, 2),
                       dwte, bad_id[k]);
    }
    judge_passed();
}

Test(tied_backward, accepts_no_ids)
{
    struct tied p = draw_tied(3, 5, 2, false);
    float start[10];
    fill_normal(start, 10);
    try_tied(&p, start);
    p.n_tokens = 0;
    const struct tied in = fenced(&p);
    float *dwte = floats_inout("dwte", start, 10);
    judge_case("no ids (n_tokens 0), vocab_size 5, d_model 2");
    if (!CALL(tied_backward, dwte, in.dlogits, in.wte, in.ids, 0, 5, 2))
        judge_fail(WRONG, "tied_backward must return true for no ids: there is nothing "
                          "wrong, and nothing to add.");
    if (!is_untouched(dwte))
        judge_fail(WRONG, "tied_backward changed dwte although there are no ids.");
    judge_passed();
}

Test(tied_backward, stays_in_bounds)
{
    const struct tied p = draw_tied(5, 7, 3, false);
    float start[21];
    fill_normal(start, 21);
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_tied(&p, start);
    }
    judge_passed();
}

Test(tied_projection_backward, worked_example)
{
    const float wte[2] = {2, 3}, dlogits[2] = {0.5f, -0.5f}, m = 4, zeros[2] = {0, 0};
    const uint32_t id = 1;
    const struct tied p = {dlogits, wte, &m, &id, 1, 2, 1};
    try_projected(&p, zeros, zeros);
    judge_passed();
}

// With the matrix that changes nothing, dwte is that of exercise 5.1 (oracle E2).
Test(tied_projection_backward, identity_matrix)
{
    const float one[4] = {1, 0, 0, 1}, zeros[8] = {0};
    double wte[8];
    float dlogits[16];
    widen(wte, small_wte, 8);
    small_dlogits(dlogits, wte, NULL);
    const struct tied p = {dlogits, small_wte, one, small_ids, 4, 4, 2}, in = fenced(&p);
    float *dwte = floats_inout("dwte", zeros, 8), *dm = floats_inout("dm", zeros, 4);
    describe(&p);
    judge_remark(
        "m is the matrix that changes nothing, so dwte is that of exercise 5.1.");
    expect_accepted(CALL(tied_projection_backward, dwte, dm, in.dlogits, in.wte, in.m,
                         in.ids, 4, 4, 2),
                    dwte);
    expect_floats("dwte", dwte, small_gradient, within(1e-7, 8), 4, 2, no_mistakes);
    judge_passed();
}

Test(tied_projection_backward, finite_differences)
{
    double wte[8], m[4], of_wte[8], of_m[4];
    float table[8], matrix[4], dlogits[16], zeros[8] = {0};
    fill_normal(table, 8);
    fill_normal(matrix, 4);
    widen(wte, table, 8);
    widen(m, matrix, 4);
    small_dlogits(dlogits, wte, m);
    nudge_all(of_wte, wte, 8, wte, m);
    nudge_all(of_m, m, 4, wte, m);
    const struct tied p = {dlogits, table, matrix, small_ids, 4, 4, 2}, in = fenced(&p);
    float *dwte = floats_inout("dwte", zeros, 8), *dm = floats_inout("dm", zeros, 4);
    describe(&p);
    judge_remark(
        "What is wanted was found by nudging each number of the table, and of m, up "
        "and down and looking at the loss.");
    expect_accepted(CALL(tied_projection_backward, dwte, dm, in.dlogits, in.wte, in.m,
                         in.ids, 4, 4, 2),
                    dwte);
    expect_floats("dwte", dwte, of_wte, within(5e-6, 8), 4, 2, no_mistakes);
    expect_floats("dm", dm, of_m, within(5e-6, 4), 2, 2, no_mistakes);
    judge_passed();
}

Test(tied_projection_backward, random_shapes)
{
    try_shapes(true, true);
    judge_passed();
}

Test(tied_projection_backward, adds_to_what_is_there)
{
    try_shapes(true, false);
    judge_passed();
}

Test(tied_projection_backward, refuses_bad_ids)
{
    struct tied p = draw_tied(3, 5, 2, true);
    float start[12], start_m[4];
    fill_normal(start, 12);
    fill_normal(start_m, 4);
    try_projected(&p, start, start_m);
    for (size_t k = 0; k < 4; k++) {
        p.ids = bad_ids[k];
        const struct tied in = fenced(&p);
        float *dwte = floats_inout("dwte", start, 12),
              *dm = floats_inout("dm", start_m, 4);
        describe(&p);
        bool returned = CALL(tied_projection_backward, dwte, dm, in.dlogits, in.wte, in.m,
                             in.ids, 3, 5, 2);
        expect_refused(returned, dwte, bad_id[k]);
        expect_refused(returned, dm, bad_id[k]);
    }
    judge_passed();
}

Test(tied_projection_backward, stays_in_bounds)
{
    const struct tied p = draw_tied(5, 7, 3, true);
    float start[21], start_m[9];
    fill_normal(start, 21);
    fill_normal(start_m, 9);
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_projected(&p, start, start_m);
    }
    judge_passed();
}

// ---- 5.3 gpt2_parameter_count ----------------------------------------------------------

struct shape {
    uint64_t vocab_size, max_seq_len, n_layers, d_model;
    bool qkv_bias, tied;
};

static uint64_t count(const struct shape *s)
{
    const uint64_t d = s->d_model;
    uint64_t tables =
        (s->vocab_size + s->max_seq_len + (s->tied ? 0 : s->vocab_size)) * d;
    return tables + s->n_layers * (12 * d * d + 13 * d - (s->qkv_bias ? 0 : 3 * d)) +
           2 * d;
}

static void expect_count(uint64_t got, const struct shape *s, uint64_t wanted)
{
    const uint64_t d = s->d_model, token = s->vocab_size * d, wpe = s->max_seq_len * d;
    struct shape other_tie = *s, other_bias = *s;
    other_tie.tied = !s->tied;
    other_bias.qkv_bias = !s->qkv_bias;
    const struct {
        const char *says;
        uint64_t gives;
    } wrong[] = {
        {s->tied
             ? "A tied model has no head of its own: here the table is counted twice."
             : "An untied model has a head of its own: one more vocab_size x d_model.",
         count(&other_tie)},
        {s->qkv_bias
             ? "qkv_bias is taken the wrong way round."
             : "qkv_bias is not looked at, or taken the wrong way round: without it "
               "each layer has 3 d_model fewer.",
         count(&other_bias)},
        {"The position table is counted twice.", wanted + wpe},
        {"The position table is missing.", wanted - wpe},
        {"The token table is missing.", wanted - token},
        {"The last normalisation is missing: 2 d_model.", wanted - 2 * d},
        {"The last normalisation has a gain and a bias: 2 d_model, not d_model.",
         wanted - d},
        {"The biases and normalisations are missing: 13 d_model in each layer.",
         wanted - s->n_layers * (s->qkv_bias ? 13 : 10) * d},
        {"The two normalisations of each layer are missing.",
         wanted - s->n_layers * 4 * d},
        {"The biases of the linear layers are missing.",
         wanted - s->n_layers * (s->qkv_bias ? 9 : 6) * d},
        {"Only one layer is counted.",
         s->n_layers == 0
             ? wanted
             : wanted - (s->n_layers - 1) * (12 * d * d + (s->qkv_bias ? 13 : 10) * d)},
        {"The missing bias is subtracted only once: it is missing in each layer.",
         s->qkv_bias || s->n_layers == 0 ? wanted : wanted + (s->n_layers - 1) * 3 * d},
        {"The missing bias is one of d_model: query, key and value make 3 d_model.",
         s->qkv_bias ? wanted : wanted + s->n_layers * 2 * d},
        {"The head has no bias.", wanted + s->vocab_size},
        {"This has lost what is above 32 bits: compute in uint64_t.",
         wanted & UINT32_MAX},
        {"This has lost what is above 32 bits: compute in uint64_t.",
         (uint64_t)(int64_t)(int32_t)(uint32_t)wanted},
    };
    if (got == wanted)
        return;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        if (got == wrong[k].gives && got != wanted)
            judge_fail(WRONG, "*n_params: got %" PRIu64 ", wanted %" PRIu64 ". %s", got,
                       wanted, wrong[k].says);
    judge_fail(WRONG, "*n_params: got %" PRIu64 ", wanted %" PRIu64 ".", got, wanted);
}

static void try_count(const struct shape *s, uint64_t wanted)
{
    const uint64_t before = 0x5eedf00d5eedf00d;
    uint64_t *n_params = bytes_inout("n_params", &before, sizeof before);
    judge_case("vocab_size %" PRIu64 ", max_seq_len %" PRIu64 ", n_layers %" PRIu64
               ", d_model %" PRIu64 ", qkv_bias %s, tied %s",
               s->vocab_size, s->max_seq_len, s->n_layers, s->d_model,
               s->qkv_bias ? "true" : "false", s->tied ? "true" : "false");
    expect_accepted(CALL(gpt2_parameter_count, n_params, s->vocab_size, s->max_seq_len,
                         s->n_layers, s->d_model, s->qkv_bias, s->tied),
                    n_params);
    if (is_untouched(n_params))
        judge_fail(WRONG, "*n_params was never written.");
    expect_count(*n_params, s, wanted);
}

Test(gpt2_parameter_count, worked_example)
{
    const struct shape tied = {5, 7, 1, 2, true, true};
    const struct shape untied = {5, 7, 1, 2, true, false};
    const struct shape bare = {5, 7, 1, 2, false, false};
    try_count(&tied, 102);
    try_count(&untied, 112);
    try_count(&bare, 106);
    judge_passed();
}

// Oracle I1: counted from the published shapes; 124,412,160 and 163,009,536 are what a model
// without the bias of query, key and value has.
Test(gpt2_parameter_count, four_sizes)
{
    static const struct {
        uint64_t n_layers, d_model, tied, untied, no_bias;
    } sizes[4] = {{12, 768, 124439808, 163037184, 124412160},
                  {24, 1024, 354823168, 406286336, 354749440},
                  {36, 1280, 774030080, 838359040, 773891840},
                  {48, 1600, 1557611200, 1638022400, 1557380800}};
    for (size_t k = 0; k < 4; k++) {
        struct shape s = {50257, 1024, sizes[k].n_layers, sizes[k].d_model, true, true};
        try_count(&s, sizes[k].tied);
        s.tied = false;
        try_count(&s, sizes[k].untied);
        s.tied = true;
        s.qkv_bias = false;
        try_count(&s, sizes[k].no_bias);
    }
    const struct shape small = {50257, 1024, 12, 768, false, false};
    try_count(&small, 163009536);
    judge_passed();
}

Test(gpt2_parameter_count, random_models)
{
    for (int draw = 0; draw < 12; draw++) {
        const struct shape s = {random_between(1, 5000),
                                random_between(1, 700),
                                draw == 3 ? 0 : random_between(2, 90),
                                random_between(1, 300),
                                draw % 2 == 0,
                                draw % 4 < 2};
        try_count(&s, count(&s));
    }
    judge_passed();
}

// GPT-3: 96 layers of 12,288, 2,048 positions. And a table alone that passes 32 bits.
Test(gpt2_parameter_count, beyond_32_bits)
{
    const struct shape large = {50257, 2048, 96, 12288, true, true};
    const struct shape wide = {3000000, 16, 1, 4096, true, false};
    const struct shape deep = {7, 3, 4000000, 2048, false, true};
    try_count(&large, count(&large));
    try_count(&wide, count(&wide));
    try_count(&deep, count(&deep));
    judge_passed();
}

Test(gpt2_parameter_count, refuses_zero)
{
    const struct shape good = {6, 4, 2, 3, true, false};
    const uint64_t before = 0x5eedf00d5eedf00d;
    try_count(&good, count(&good));
    for (size_t zero = 0; zero < 3; zero++) {
        static const char *const why[3] = {"vocab_size is 0", "max_seq_len is 0",
                                           "d_model is 0"};
        const size_t v = zero == 0 ? 0 : 6, t = zero == 1 ? 0 : 4, d = zero == 2 ? 0 : 3;
        uint64_t *n_params = bytes_inout("n_params", &before, sizeof before);
        judge_case("vocab_size %zu, max_seq_len %zu, n_layers 2, d_model %zu", v, t, d);
        expect_refused(CALL(gpt2_parameter_count, n_params, v, t, 2, d, true, false),
                       n_params, why[zero]);
    }
    judge_passed();
}

// ---- 5.4 entropy_at_scale --------------------------------------------------------------

static double logit(const float *h, const float *wte, size_t v, size_t d_model)
{
    double sum = 0;
    for (size_t i = 0; i < d_model; i++)
        sum += (double)h[i] * (double)wte[v * d_model + i];
    return sum;
}

static double entropy(const float *h, const float *wte, double scale, size_t vocab_size,
                      size_t d_model)
{
    double largest = -INFINITY, sum = 0, weighted = 0;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, scale * logit(h, wte, v, d_model));
    for (size_t v = 0; v < vocab_size; v++) {
        double z = scale * logit(h, wte, v, d_model) - largest;
        sum += exp(z);
        weighted += z * exp(z);
    }
    return log(sum) - weighted / sum;
}

static double largest_logit(const float *h, const float *wte, double scale,
                            size_t vocab_size, size_t d_model)
{
    double largest = -INFINITY;
    for (size_t v = 0; v < vocab_size; v++)
        largest = fmax(largest, scale * logit(h, wte, v, d_model));
    return largest;
}

static double log_sum(const float *h, const float *wte, double scale, size_t vocab_size,
                      size_t d_model)
{
    double largest = largest_logit(h, wte, scale, vocab_size, d_model), sum = 0;
    for (size_t v = 0; v < vocab_size; v++)
        sum += exp(scale * logit(h, wte, v, d_model) - largest);
    return log(sum) + largest;
}

static void expect_entropy(double got, const float *h, const float *wte, float scale,
                           size_t vocab_size, size_t d_model)
{
    const double right = entropy(h, wte, (double)scale, vocab_size, d_model),
                 s = (double)scale;
    const double all = log_sum(h, wte, s, vocab_size, d_model);
    const struct {
        const char *says;
        double gives;
    } wrong[] = {
        {"The scale is not used.", entropy(h, wte, 1, vocab_size, d_model)},
        {"The scale is used twice, on h and on the table: it stretches h alone.",
         entropy(h, wte, s * s, vocab_size, d_model)},
        {"This divides by the scale: scale is 1 / temperature.",
         s != 0 ? entropy(h, wte, 1 / s, vocab_size, d_model) : right},
        {"The entropy is in bits: use the natural logarithm.", right / log(2)},
        {"The sign is turned: entropy is minus the sum of p log p.", -right},
        {"This is the perplexity, exp(entropy).", exp(right)},
        {"This is the mean over the words: the p are weights already.",
         right / (double)vocab_size},
        {"This is log(sum of exp(z)), which is only one part of the entropy.", all},
        {"This is -log of the largest probability, not the entropy.",
         all - largest_logit(h, wte, s, vocab_size, d_model)},
        {"The last word is missing.",
         vocab_size > 1 ? entropy(h, wte, s, vocab_size - 1, d_model) : right},
        {"This is the entropy as a part of log V: do not divide by it.",
         vocab_size > 1 ? right / log((double)vocab_size) : right},
    };
    enum { N_WRONG = sizeof wrong / sizeof *wrong };
    struct mistake mistakes[N_WRONG + 1] = {{NULL, NULL}};
    for (size_t k = 0; k < N_WRONG; k++)
        mistakes[k] = (struct mistake){wrong[k].says, &wrong[k].gives};
    expect_number("the entropy", got, right, 2e-6 * (1 + right), mistakes);
}

static void try_entropy(const float *vector, const float *table, float scale,
                        size_t vocab_size, size_t d_model)
{
    const float *h = floats_in("h", vector, d_model);
    const float *wte = floats_in("wte", table, vocab_size * d_model);
    judge_case("scale %g, vocab_size %zu, d_model %zu", (double)scale, vocab_size,
               d_model);
    expect_entropy((double)CALL(entropy_at_scale, h, wte, scale, vocab_size, d_model),
                   vector, table, scale, vocab_size, d_model);
}

// Oracle I3: PyTorch's softmax in 64 bits, h = (1, 2), three rows.
Test(entropy_at_scale, reference_numbers)
{
    static const float h[2] = {1, 2}, rows[6] = {1, 0, 0, 1, 1, 1};
    static const float scales[3] = {2, 0.5f, 1};
    static const double wanted[3] = {0.441057444, 1.02019134, 0.832395582};
    for (size_t k = 0; k < 3; k++) {
        try_entropy(h, rows, scales[k], 3, 2);
        const float *vector = floats_in("h", h, 2), *table = floats_in("wte", rows, 6);
        expect_number("the entropy",
                      (double)CALL(entropy_at_scale, vector, table, scales[k], 3, 2),
                      wanted[k], 1e-6, no_mistakes);
    }
    judge_passed();
}

Test(entropy_at_scale, random_vectors)
{
    static const size_t sizes[6][2] = {{7, 3}, {40, 6}, {5, 9}, {300, 4}, {2, 1}, {1, 3}};
    static const float scales[6] = {1.7f, 0.3f, -0.6f, 0.9f, 2.5f, 1.5f};
    for (size_t k = 0; k < 6; k++) {
        const size_t v = sizes[k][0], d = sizes[k][1];
        float *h = judge_floats(d), *table = judge_floats(v * d);
        fill_normal(h, d);
        fill_normal(table, v * d);
        try_entropy(h, table, scales[k], v, d);
    }
    judge_passed();
}

Test(entropy_at_scale, scale_zero)
{
    float h[4], table[24];
    fill_normal(h, 4);
    fill_normal(table, 24);
    judge_remark("With scale 0 all scores are equal: the entropy is ln(vocab_size).");
    try_entropy(h, table, 0.0f, 6, 4);
    judge_passed();
}

Test(entropy_at_scale, large_scores)
{
    static const float h[2] = {30, -40}, table[8] = {30, -40, 29, -41, -30, 40, 30, -40};
    static const float ladder[5] = {0, -400, -900, -30000, 2};
    const float one = 1;
    judge_remark(
        "The scores are in the thousands: subtract the largest one first. And where p "
        "is 0, p log p is 0: 0 x log(0) is NaN in C.");
    try_entropy(h, table, 1.0f, 4, 2);
    try_entropy(h, table, 50.0f, 4, 2);
    try_entropy(h, table, -3.0f, 4, 2);
    try_entropy(&one, ladder, 1.0f, 5, 1);
    judge_passed();
}

Test(entropy_at_scale, refuses_empty)
{
    float h[3], table[12];
    fill_normal(h, 3);
    fill_normal(table, 12);
    try_entropy(h, table, 1.0f, 4, 3);
    for (size_t empty = 0; empty < 2; empty++) {
        const size_t v = empty == 0 ? 0 : 4, d = empty == 1 ? 0 : 3;
        const float *vector = floats_in("h", h, 3), *wte = floats_in("wte", table, 12);
        judge_case("vocab_size %zu, d_model %zu", v, d);
        double got = (double)CALL(entropy_at_scale, vector, wte, 1.0f, v, d);
        if (!isnan(got))
            judge_fail(WRONG,
                       "entropy_at_scale must return NAN where a size is 0; got %g.",
                       got);
    }
    judge_passed();
}

Test(entropy_at_scale, stays_in_bounds)
{
    float h[5], table[35];
    fill_normal(h, 5);
    fill_normal(table, 35);
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_entropy(h, table, 0.8f, 7, 5);
    }
    judge_passed();
}

// ---- 5.5 logit_lens --------------------------------------------------------------------

// By what the words are ordered. 0 is right.
enum { BY_LOGIT, BY_COSINE, BY_NEARNESS, BY_SIZE, UPWARDS, LARGER_ID_FIRST };

static double order_of(const float *h, const float *wte, size_t v, size_t d, int by)
{
    double z = logit(h, wte, v, d), norms = 0, far = 0;
    for (size_t i = 0; i < d; i++) {
        double row = (double)wte[v * d + i], gap = row - (double)h[i];
        norms += row * row;
        far += gap * gap;
    }
    switch (by) {
    case BY_COSINE:
        return norms > 0 ? z / sqrt(norms) : 0;
    case BY_NEARNESS:
        return -far;
    case BY_SIZE:
        return fabs(z);
    case UPWARDS:
        return -z;
    default:
        return z;
    }
}

// Ids of all words in the order, as doubles for expect_ids' mistakes.
static double *ordered(const float *h, const float *wte, size_t vocab_size, size_t d,
                       int by)
{
    double *top = judge_doubles(vocab_size), *z = judge_doubles(vocab_size);
    for (size_t v = 0; v < vocab_size; v++) {
        size_t k = v;
        z[v] = order_of(h, wte, v, d, by);
        while (k > 0 && (z[(size_t)top[k - 1]] < z[v] ||
                         (by == LARGER_ID_FIRST && z[(size_t)top[k - 1]] == z[v]))) {
            top[k] = top[k - 1];
            k--;
        }
        top[k] = (double)v;
    }
    return top;
}

static double *by_id(const double *top, size_t n_top)
{
    double *ids = judge_doubles(n_top);
    for (size_t k = 0; k < n_top; k++) {
        size_t at = k;
        for (; at > 0 && ids[at - 1] > top[k]; at--)
            ids[at] = ids[at - 1];
        ids[at] = top[k];
    }
    return ids;
}

static double *repeated(double id, size_t n)
{
    return within(id, n);
}

static void try_lens(const float *vector, const float *table, size_t n_top,
                     size_t vocab_size, size_t d)
{
    const float *h = floats_in("h", vector, d);
    const float *wte = floats_in("wte", table, vocab_size * d);
    uint32_t *top = ids_out("top", n_top), *wanted = judge_ids(n_top);
    const double *right = ordered(vector, table, vocab_size, d, BY_LOGIT);
    for (size_t k = 0; k < n_top; k++)
        wanted[k] = (uint32_t)right[k];
    const struct mistake mistakes[] = {
        {"The order is upwards: the greatest logit comes first.",
         ordered(vector, table, vocab_size, d, UPWARDS)},
        {"These are the cosines' best: a logit is the dot product, not divided by a "
         "length.",
         ordered(vector, table, vocab_size, d, BY_COSINE)},
        {"These are the nearest rows: the greatest dot products are wanted.",
         ordered(vector, table, vocab_size, d, BY_NEARNESS)},
        {"This ignores the sign of the logits.",
         ordered(vector, table, vocab_size, d, BY_SIZE)},
        {"Of equal logits the smaller id comes first.",
         ordered(vector, table, vocab_size, d, LARGER_ID_FIRST)},
        {"The best word is left out: top[0] is the best.",
         n_top < vocab_size ? right + 1 : right},
        {"The same word stands in every place: leave out what was chosen before.",
         repeated(right[0], n_top)},
        {"These are the right words, but in the order of their ids.",
         by_id(right, n_top)},
        {NULL, NULL},
    };
    judge_case("n_top %zu, vocab_size %zu, d_model %zu", n_top, vocab_size, d);
    expect_accepted(CALL(logit_lens, top, h, wte, n_top, vocab_size, d), top);
    expect_ids("top", top, wanted, n_top, mistakes);
}

Test(logit_lens, worked_example)
{
    static const float h[2] = {1, 2}, rows[8] = {1, 0, 0, 1, 1, 1, 3, 0};
    try_lens(h, rows, 3, 4, 2);
    judge_passed();
}

Test(logit_lens, random_tables)
{
    static const size_t sizes[6][3] = {{4, 9, 3},  {6, 40, 5}, {5, 5, 7},
                                       {1, 13, 2}, {3, 8, 1},  {1, 1, 3}};
    for (size_t k = 0; k < 6; k++) {
        const size_t n_top = sizes[k][0], v = sizes[k][1], d = sizes[k][2];
        float *h = judge_floats(d), *table = judge_floats(v * d);
        fill_normal(h, d);
        fill_normal(table, v * d);
        try_lens(h, table, n_top, v, d);
    }
    judge_passed();
}

// All logits below 0, and then all 0 but one.
Test(logit_lens, negative_logits)
{
    static const float h[2] = {1, 1};
    static const float below[10] = {-3, -1, -1, -1, -9, 2, -1, -5, -2, -2};
    static const float zeros[10] = {0, 0, 1, -1, 0, 0, -2, 1, 2, -2};
    try_lens(h, below, 3, 5, 2);
    try_lens(h, zeros, 5, 5, 2);
    judge_passed();
}

Test(logit_lens, ties)
{
    static const float h[1] = {2}, rows[8] = {1, 3, -1, 3, 1, 3, -1, 1};
    try_lens(h, rows, 8, 8, 1);
    try_lens(h, rows, 2, 8, 1);
    try_lens(h, rows, 5, 8, 1);
    judge_passed();
}

// Two logits of many terms whose difference a float sum does not see.
Test(logit_lens, sums_in_double)
{
    enum { N = 4097 };
    float *h = judge_floats(N), *table = judge_floats(3 * N);
    for (size_t i = 0; i < N; i++) {
        h[i] = 1;
        table[i] = i == 0 ? 16777216.0f : 0;
        table[N + i] = i == 0 ? 16777216.0f : 0.5f;
        table[2 * N + i] = i == 0 ? 16777216.0f : 0.25f;
    }
    judge_remark(
        "A float has 24 bits: 16,777,216 + 0.5 is 16,777,216 again. Sum in double.");
    try_lens(h, table, 3, 3, N);
    judge_passed();
}

Test(logit_lens, refuses_bad_sizes)
{
    float h[3], table[12];
    fill_normal(h, 3);
    fill_normal(table, 12);
    try_lens(h, table, 4, 4, 3);
    static const size_t bad[4][3] = {{5, 4, 3}, {0, 4, 3}, {2, 0, 3}, {2, 4, 0}};
    static const char *const why[4] = {"n_top 5 is more than there are words",
                                       "n_top is 0", "vocab_size is 0", "d_model is 0"};
    for (size_t k = 0; k < 4; k++) {
        const float *vector = floats_in("h", h, 3), *wte = floats_in("wte", table, 12);
        uint32_t *top = ids_out("top", 5);
        judge_case("n_top %zu, vocab_size %zu, d_model %zu", bad[k][0], bad[k][1],
                   bad[k][2]);
        expect_refused(
            CALL(logit_lens, top, vector, wte, bad[k][0], bad[k][1], bad[k][2]), top,
            why[k]);
    }
    judge_passed();
}

Test(logit_lens, stays_in_bounds)
{
    float h[5], table[35];
    fill_normal(h, 5);
    fill_normal(table, 35);
    for (int side = ENDS_AT_GUARD; side < N_PLACEMENTS; side++) {
        judge_placement((enum placement)side);
        try_lens(h, table, 3, 7, 5);
    }
    judge_passed();
}
