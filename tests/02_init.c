// Tests of chapter 2, init. A suite is a function, a test one thing that can be wrong.
//
// The numbers of PyTorch were printed once by PyTorch 1.13 on a CPU, to nine digits; each
// place says by which call. All else is computed here, in double, by the plainest code.
#define HAS_CALLBACKS
#include "02_init.h"
#include "judge.h"

#include "calls/02_init.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

JUDGE_CHAPTER(2);

// ---- a generator of the tests' own ---------------------------------------------------

enum { N_STATE = 624 };

struct generator {
    uint32_t state[N_STATE];
    size_t next;
};

static struct generator seeded(uint32_t seed)
{
    struct generator g = {.state = {seed}, .next = N_STATE};
    for (uint32_t k = 1; k < N_STATE; k++)
        g.state[k] = 1812433253u * (g.state[k - 1] ^ g.state[k - 1] >> 30) + k;
    return g;
}

static void stir(uint32_t *s)
{
    for (size_t k = 0; k < N_STATE; k++) {
        const uint32_t mixed =
            (s[k] & 0x80000000u) | (s[(k + 1) % N_STATE] & 0x7fffffffu);
        s[k] = s[(k + 397) % N_STATE] ^ mixed >> 1 ^ (mixed % 2 == 1 ? 0x9908b0dfu : 0);
    }
}

static uint32_t next_word(struct generator *g)
{
    if (g->next == N_STATE) {
        stir(g->state);
        g->next = 0;
    }
    uint32_t y = g->state[g->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

// ---- 2.1 mt19937_next ----------------------------------------------------------------

static bool all_returned_true(size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (returned(k) == 0)
            return false;
    return true;
}

// n calls in one process. The generator is what they made of it afterwards.
static void try_generator(struct generator *g, const uint32_t *wanted, size_t n)
{
    fresh_case();
    uint32_t *word = ids_out(n), *state = ids_inout(g->state, N_STATE);
    size_t *next = bytes_inout(&g->next, sizeof g->next);
    if (n > 1)
        judge_case("It was called %zu times, and word[k] is what call k wrote.", n);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(mt19937_next, word + k, state, next);
    together_now();
    expect_accepted(all_returned_true(n), word);
    expect_ids(word, wanted, n);
    memcpy(g->state, state, sizeof g->state);
    g->next = *next;
}

static void try_stream(struct generator g, size_t n)
{
    uint32_t *wanted = judge_ids(n);
    struct generator own = g;
    for (size_t k = 0; k < n; k++)
        wanted[k] = next_word(&own);
    try_generator(&g, wanted, n);
}

Test(mt19937_next, first_words)
{
    // torch.manual_seed(123), then torch.randint(0, 0xFFFFFFFF, [1]) five times
    const uint32_t of_123[] = {2991312382u, 3062119789u, 1228959102u, 1840268610u,
                               974319580u};
    // the same with 137; llm.c's rand.h gives these as well
    const uint32_t of_137[] = {4053805790u, 2173880614u, 380293709u, 1237255315u,
                               2986595568u};
    struct generator g_123 = seeded(123), g_137 = seeded(137);
    try_generator(&g_123, of_123, 5);
    try_generator(&g_137, of_137, 5);
    try_stream(seeded(judge_random()), 24);
    try_stream(seeded(judge_random()), 24);
    judge_passed();
}

Test(mt19937_next, long_stream)
{
    try_stream(seeded(judge_random()), 2600); // the state is stirred five times
    try_stream(seeded(judge_random()), 1300);
    judge_passed();
}

static struct generator filled_with(uint32_t word)
{
    struct generator g = {.next = N_STATE};
    for (size_t k = 0; k < N_STATE; k++)
        g.state[k] = word;
    return g;
}

// A state is any 624 words, also those that no seed makes.
Test(mt19937_next, any_seed)
{
    const uint32_t seeds[] = {judge_random(), 0, 1, 0xffffffffu};
    struct generator g = seeded(5489);
    for (size_t s = 0; s < 4; s++)
        try_stream(seeded(seeds[s]), 630);
    for (size_t k = 0; k < N_STATE; k++)
        g.state[k] = judge_random();
    try_stream(g, 630);
    const uint32_t mixed = (g.state[0] & 0x80000000u) | (g.state[1] & 0x7fffffffu);
    g.state[397] = mixed >> 1 ^ (mixed % 2 == 1 ? 0x9908b0dfu : 0);
    try_stream(g, 30); // its first word is 0
    try_stream(filled_with(0), 25);
    try_stream(filled_with(0xffffffffu), 630);
    judge_passed();
}

// Three generators in one process: two good ones by turns, and between them one that was
// never seeded.
static void try_by_turns(size_t n)
{
    struct generator a = seeded(judge_random()), b = seeded(judge_random()), bad = b;
    uint32_t *wanted = judge_ids(2 * n);
    fresh_case();
    uint32_t *word = ids_out(2 * n), *nowhere = ids_out(1);
    uint32_t *state_a = ids_inout(a.state, N_STATE),
             *state_b = ids_inout(b.state, N_STATE);
    size_t *next_a = bytes_inout(&a.next, sizeof a.next),
           *next_b = bytes_inout(&b.next, sizeof b.next);
    bad.next = 1000;
    uint32_t *state_bad = ids_inout(bad.state, N_STATE);
    size_t *next_bad = bytes_inout(&bad.next, sizeof bad.next);
    judge_case("Two generators were called by turns, %zu times each, and before each "
               "pair of calls one whose *next is 1000.",
               n);
    together();
    for (size_t k = 0; k < n; k++) {
        CALL(mt19937_next, nowhere, state_bad, next_bad);
        CALL(mt19937_next, word + 2 * k, state_a, next_a);
        CALL(mt19937_next, word + 2 * k + 1, state_b, next_b);
        wanted[2 * k] = next_word(&a);
        wanted[2 * k + 1] = next_word(&b);
    }
    together_now();
    for (size_t k = 0; k < 3 * n; k++)
        if (k % 3 > 0)
            expect_accepted(returned(k) != 0, word);
        else
            expect(returned(k) == 0, "*next is more than 624 in every third call: it "
                                     "must return false.");
    expect_ids(word, wanted, 2 * n);
    expect(is_untouched(nowhere) && is_untouched(state_bad) && is_untouched(next_bad),
           "What belongs to the generator whose *next is 1000 was changed.");
}

// A generator is its state and its *next: it goes on where it stopped, in another program
// and in another place, and where another one has been meanwhile.
static void try_in_two_parts(size_t first, size_t then, size_t of_other)
{
    struct generator own = seeded(judge_random()), g = own,
                     other = seeded(judge_random());
    uint32_t *wanted = judge_ids(first + then);
    for (size_t k = 0; k < first + then; k++)
        wanted[k] = next_word(&own);
    try_generator(&g, wanted, first);
    try_stream(other, of_other);
    try_generator(&g, wanted + first, then / 2);
    judge_placement(STARTS_AT_GUARD);
    try_generator(&g, wanted + first + then / 2, then - then / 2);
    judge_placement(ENDS_AT_GUARD);
}

Test(mt19937_next, by_turns)
{
    try_by_turns(630);
    const size_t first = random_between(3, 200), early = random_between(3, 60);
    try_in_two_parts(first, 640, first / 2 + 1);
    try_in_two_parts(early, 6, early); // both stand at the same word, in the same place
    try_in_two_parts(624, 6, 313);
    judge_passed();
}

static void refuse_next(size_t bad)
{
    static const char why[] = "*next is more than 624";
    struct generator g = seeded(judge_random());
    fresh_case();
    uint32_t *word = ids_out(1), *state = ids_inout(g.state, N_STATE);
    size_t *next = bytes_inout(&bad, sizeof bad);
    const bool got = CALL(mt19937_next, word, state, next);
    expect_refused(got, word, why);
    expect_refused(got, state, why);
    expect_refused(got, next, why);
}

Test(mt19937_next, refuses_unseeded)
{
    const uint64_t nexts[] = {625,
                              626,
                              1000,
                              1248,
                              65536 + 5,
                              65536 + 624,
                              1000000,
                              0x80000005u,
                              UINT32_MAX,
                              UINT64_C(1) << 32,
                              (UINT64_C(1) << 32) + 5,
                              (UINT64_C(1) << 32) + 624,
                              (UINT64_C(1) << 63) + 5,
                              UINT64_MAX};
    try_stream(seeded(judge_random()), 5);
    for (size_t k = 0; k < sizeof nexts / sizeof *nexts; k++)
        if ((size_t)nexts[k] == nexts[k])
            refuse_next((size_t)nexts[k]);
    refuse_next(random_between(626, 5000));
    try_stream(seeded(judge_random()), 5);
    judge_passed();
}

Test(mt19937_next, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_stream(seeded(judge_random()), 1300);
    }
    judge_passed();
}

// ---- 2.2 uniform_float ---------------------------------------------------------------

static double fraction(uint32_t word)
{
    return (double)(word % (1u << 24)) / 16777216.0;
}

static void try_fraction_is(uint32_t word, double wanted)
{
    fresh_case();
    judge_case("In hexadecimal the word is %08lx.", (unsigned long)word);
    expect_number("the fraction", (double)CALL(uniform_float, word), wanted, 0);
}

static void try_fraction(uint32_t word)
{
    try_fraction_is(word, fraction(word));
}

// Many words in one process; one that went wrong is tried once more, alone.
static void try_many_fractions(const uint32_t *words, size_t n)
{
    fresh_case();
    size_t wrong = 0;
    together();
    for (size_t k = 0; k < n; k++)
        CALL(uniform_float, words[k]);
    together_now();
    while (wrong < n && returned(wrong) == fraction(words[wrong]))
        wrong++;
    if (wrong < n)
        try_fraction(words[wrong]);
    expect(wrong == n, "Among many calls one gave another answer than alone: a function "
                       "keeps nothing from call to call.");
}

// Two drawn words on which most mistakes give each something else.
static void try_telling_words(void)
{
    try_fraction(judge_random() << 25 | 0x81000001u | judge_random() % 32768);
    try_fraction(judge_random() << 25 | 0x81800000u);
}

Test(uniform_float, known_words)
{
    // torch.manual_seed(123); torch.rand(5), and the words it was made of
    const uint32_t words[] = {2991312382u, 3062119789u, 1228959102u, 1840268610u,
                              974319580u};
    const float torch_rand[] = {0.296111941f, 0.516562283f, 0.251670718f, 0.68855679f,
                                0.0739724636f};
    struct generator g = seeded(judge_random());
    for (size_t k = 0; k < 5; k++)
        try_fraction_is(words[k], (double)torch_rand[k]);
    try_telling_words();
    for (size_t k = 0; k < 5; k++)
        try_fraction(next_word(&g));
    judge_passed();
}

Test(uniform_float, random_words)
{
    uint32_t words[2000];
    try_telling_words();
    for (size_t k = 0; k < 2000; k++)
        words[k] = judge_random();
    try_many_fractions(words, 2000);
    judge_passed();
}

Test(uniform_float, never_one)
{
    const uint32_t words[] = {0x00ffffffu, 0xffffffffu, 0xffffff80u, 0x7fffffffu,
                              0xfffffffeu, 0x00fffffeu, 0x00ffff80u};
    try_telling_words();
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        try_fraction(words[k]);
    for (int draw = 0; draw < 4; draw++) {
        try_fraction(judge_random() | 0x00ffffffu);
        try_fraction(judge_random() | 0x00fffff0u);
    }
    judge_passed();
}

// Each bit alone, and among the high ones that do not count.
Test(uniform_float, single_bits)
{
    uint32_t words[65 + 33];
    for (size_t bit = 0; bit < 32; bit++) {
        words[2 * bit] = (uint32_t)1 << bit;
        words[2 * bit + 1] = judge_random() << 24 | words[2 * bit];
    }
    words[64] = 0;
    words[65] = judge_random();
    for (size_t bit = 0; bit < 32; bit++) // each differs from the first in one bit
        words[66 + bit] = words[65] ^ (uint32_t)1 << bit;
    try_telling_words();
    try_many_fractions(words, 65 + 33);
    judge_passed();
}

// ---- 2.3 normal_fill -----------------------------------------------------------------

static size_t words_for(size_t n)
{
    return n < 16 ? 4 * ((n + 1) / 2) : n % 16 == 0 ? n : n + 16;
}

static size_t tape_bytes(const struct tape *tape)
{
    return sizeof *tape + (tape->n_words + 1) / 2 * 2 * sizeof *tape->words;
}

// A tape of zeros that is longer than n values need.
static struct tape *new_tape(size_t n)
{
    const size_t n_words = words_for(n) + 40;
    struct tape *tape = (struct tape *)(void *)judge_ids(n_words + sizeof *tape);
    tape->n_words = n_words;
    tape->fails_at = SIZE_MAX;
    return tape;
}

static struct tape *random_tape(size_t n)
{
    struct tape *tape = new_tape(n);
    for (size_t k = 0; k < tape->n_words; k++)
        tape->words[k] = judge_random();
    return tape;
}

static struct tape *tape_of_seed(uint32_t seed, size_t skip, size_t n)
{
    struct generator g = seeded(seed);
    struct tape *tape = new_tape(n);
    for (size_t k = 0; k < skip; k++)
        next_word(&g);
    for (size_t k = 0; k < tape->n_words; k++)
        tape->words[k] = next_word(&g);
    return tape;
}

// Values of mean 0 and std 1, and their distances from the middle.
struct normal {
    double *z, *r;
};

static void set_pair(struct normal to, size_t first, size_t second, double distance,
                     double direction)
{
    const double r = sqrt(-2 * log(1 - distance)), turn = 2 * acos(-1.0);
    to.r[first] = to.r[second] = r;
    to.z[first] = r * cos(turn * direction);
    to.z[second] = r * sin(turn * direction);
}

static void set_block(struct normal to, size_t at, const uint32_t *words)
{
    for (size_t j = 0; j < 8; j++)
        set_pair(to, at + j, at + j + 8, fraction(words[j]), fraction(words[j + 8]));
}

static double long_fraction(const uint32_t *words)
{
    const uint64_t joined = (uint64_t)words[0] << 32 | words[1];
    return (double)(joined % ((uint64_t)1 << 53)) / 9007199254740992.0;
}

static struct normal normal_of(const uint32_t *words, size_t n)
{
    const struct normal to = {judge_doubles(n + 1), judge_doubles(n + 1)};
    for (size_t i = 0; n < 16 && i < n; i += 2, words += 4)
        set_pair(to, i, i + 1, long_fraction(words + 2), long_fraction(words));
    for (size_t at = 0; at + 16 <= n; at += 16)
        set_block(to, at, words + at);
    if (n > 16 && n % 16 != 0)
        set_block(to, n - 16, words + n);
    return to;
}

// 2e-6 from PyTorch's, at std 1. Those are not exact: an angle in float is off by up to
// 4.1e-7 (half a step near 2 pi, and the float that stands for 2 pi), and the distance
// multiplies that. Then the product and the sum are rounded to float.
static double allowed_at(const struct normal *normal, size_t i, float mean, float std)
{
    const double wanted = normal->z[i] * (double)std + (double)mean;
    if (!isfinite(wanted))
        return 0;
    return (double)std * (2e-6 + 4.1e-7 * normal->r[i]) +
           0x1p-23 * (fabs((double)mean) + fabs(wanted)) + 0x1p-146;
}

static void expect_values(const float *got, const uint32_t *words, float mean, float std,
                          size_t n)
{
    const struct normal normal = normal_of(words, n);
    double *wanted = judge_doubles(n), *allowed = judge_doubles(n);
    for (size_t i = 0; i < n; i++) {
        wanted[i] = normal.z[i] * (double)std + (double)mean;
        allowed[i] = allowed_at(&normal, i, mean, std);
    }
    expect_floats(got, wanted, allowed, 1, n);
}

static void describe_words(const uint32_t *words)
{
    judge_case("In hexadecimal draw gives the words %08lx %08lx %08lx %08lx ...",
               (unsigned long)words[0], (unsigned long)words[1], (unsigned long)words[2],
               (unsigned long)words[3]);
}

// Fills n values from the tape and compares them with what the words should become.
static const float *try_fill(const struct tape *tape, float mean, float std, size_t n)
{
    fresh_case();
    describe_words(tape->words);
    struct tape *rng = bytes_inout(tape, tape_bytes(tape));
    float *out = floats_out(n);
    expect_accepted(CALL(normal_fill, out, read_tape, rng, mean, std, n), out);
    expect_values(out, tape->words, mean, std, n);
    expect(rng->n_drawn == words_for(n),
           "It drew %zu words, wanted %zu: whoever draws next gets other words than with "
           "PyTorch.",
           rng->n_drawn, words_for(n));
    return out;
}

static void try_random_fill(size_t n)
{
    const float mean = (float)random_normal(), std = 0.1f + (float)fabs(random_normal());
    try_fill(random_tape(n), mean, std, n);
}

static void try_seed(const float *torch, uint32_t seed, size_t skip, float std, size_t n)
{
    double *allowed = filled(n, 2e-6 * (double)std);
    const float *out = try_fill(tape_of_seed(seed, skip, n), 0, std, n);
    judge_case("The words are those of seed %lu, and the values PyTorch's.",
               (unsigned long)seed);
    expect_floats(out, as_doubles(torch, n), allowed, 1, n);
}

// All words are 0 but those of one pair.
static void try_lonely_pair(size_t j, uint32_t distance, uint32_t direction, float mean,
                            float std)
{
    struct tape *tape = new_tape(16);
    tape->words[j] = distance;
    tape->words[j + 8] = direction;
    try_fill(tape, mean, std, 16);
}

Test(normal_fill, worked_example)
{
    try_lonely_pair(0, 0x800000, 0x400000, 1, 3);
    for (int draw = 0; draw < 3; draw++)
        try_lonely_pair(random_between(0, 7), judge_random() | 0x400000,
                        judge_random() | 0x10000, (float)random_normal(),
                        2 + (float)fabs(random_normal()));
    judge_passed();
}

Test(normal_fill, torch_table)
{
    // torch.manual_seed(123); torch.nn.Embedding(6, 3).weight
    static const float six_by_three[] = {
        0.337370187f, -0.177777216f, -0.16895628f,  0.917764604f,  1.58096957f,
        1.30103993f,  1.27530122f,   -0.200953096f, -0.160563782f, -0.401488006f,
        0.966571569f, -1.14814401f,  -1.15886784f,  0.325471014f,  -0.63150537f,
        -2.83999395f, -0.784853339f, -1.40957248f,
    };
    // torch.manual_seed(123); torch.nn.Embedding(4, 5).weight
    static const float four_by_five[] = {
        0.337370187f, -0.177777216f, -0.303527594f, -0.588011861f, 1.58096957f,
        1.30103993f,  1.27530122f,   -0.200953096f, -0.160563782f, -0.401488006f,
        0.69572413f,  -1.80605268f,  -1.15886784f,  0.325471014f,  -0.63150537f,
        -2.83999395f, -0.784853339f, -1.40957248f,  -0.407626867f, 0.795326114f,
    };
    try_seed(six_by_three, 123, 0, 1, 18);
    try_seed(four_by_five, 123, 0, 1, 20);
    try_fill(tape_of_seed(judge_random(), 0, 18), 0, 1, 18);
    try_fill(tape_of_seed(judge_random(), 0, 20), 0, 1, 20);
    judge_passed();
}

Test(normal_fill, gpt2_std)
{
    // torch.manual_seed(123); torch.empty(6, 3).normal_(0, 0.02)
    static const float gpt2[] = {
        0.00674740365f,  -0.00355554419f, -0.00337912561f, 0.0183552913f,
        0.0316193923f,   0.0260207988f,   0.0255060233f,   -0.00401906203f,
        -0.00321127567f, -0.00802975986f, 0.019331431f,    -0.0229628794f,
        -0.0231773555f,  0.00650942f,     -0.0126301069f,  -0.0567998774f,
        -0.0156970657f,  -0.0281914491f,
    };
    try_seed(gpt2, 123, 0, 0.02f, 18);
    try_fill(random_tape(18), 0, 0.02f, 18);
    try_fill(random_tape(5), 0, 0.02f, 5);
    judge_passed();
}

Test(normal_fill, fewer_than_16)
{
    // torch.manual_seed(123); torch.empty(4).normal_()
    static const float four[] = {-0.111467116f, 0.120362945f, -0.369634509f,
                                 -0.240417972f};
    // torch.manual_seed(137), five words of torch.randint, then torch.zeros(8).normal_();
    // llm.c's rand.h gives these as well
    static const float eight[] = {0.794766426f,   1.43693173f,   -0.229219213f,
                                  0.475563258f,   -0.633441091f, -0.57919538f,
                                  -0.0925704762f, -0.865919709f};
    try_seed(four, 123, 0, 1, 4);
    try_seed(eight, 137, 5, 1, 8);
    // torch.manual_seed(123); torch.empty(15).normal_(): first 4, last 2
    const float *out = try_fill(tape_of_seed(123, 0, 15), 0, 1, 15);
    const double last[] = {0.665260434, 0.352820754};
    expect_floats(out, as_doubles(four, 1), filled(1, 2e-6), 1, 1);
    expect_floats(out + 13, last, filled(2, 2e-6), 1, 2);
    for (size_t n = 1; n < 16; n++)
        try_random_fill(n);
    judge_passed();
}

// Every length up to 100, and larger ones, from one source and in one process; one that went
// wrong is tried once more, alone. (So is the one before it, which may have drawn too many
// words, or too few.)
enum { N_LENGTHS = 100 + 14 };

static size_t nth_length(size_t k)
{
    static const size_t large[] = {111, 112, 127, 128, 129, 255,  256,
                                   257, 512, 528, 768, 769, 1024, 4096};
    return k < 100 ? k + 1 : large[k - 100];
}

static bool is_filled(const float *got, const uint32_t *words, float mean, float std,
                      size_t n)
{
    const struct normal normal = normal_of(words, n);
    for (size_t i = 0; i < n; i++) {
        const double wanted = normal.z[i] * (double)std + (double)mean;
        if (!(fabs((double)got[i] - wanted) <= allowed_at(&normal, i, mean, std)))
            return false;
    }
    return true;
}

static void try_lengths_with(float mean, float std, size_t n_lengths)
{
    size_t n_words = 0, n_out = 0, word = 0, at = 0, k = 0;
    for (size_t l = 0; l < n_lengths; l++) {
        n_words += words_for(nth_length(l));
        n_out += nth_length(l);
    }
    const struct tape *tape = random_tape(n_words);
    fresh_case();
    struct tape *rng = bytes_inout(tape, tape_bytes(tape));
    float *out = floats_out(n_out);
    together();
    for (size_t l = 0; l < n_lengths; at += nth_length(l), l++)
        CALL(normal_fill, out + at, read_tape, rng, mean, std, nth_length(l));
    together_now();
    const size_t drawn = rng->n_drawn;
    for (at = 0; k < n_lengths && returned(k) != 0 &&
                 is_filled(out + at, tape->words + word, mean, std, nth_length(k));
         k++) {
        at += nth_length(k);
        word += words_for(nth_length(k));
    }
    if (k == n_lengths && drawn == n_words)
        return;
    if (k < n_lengths)
        try_fill(random_tape(nth_length(k)), mean, std, nth_length(k));
    if (k > 0)
        try_fill(random_tape(nth_length(k - 1)), mean, std, nth_length(k - 1));
    expect(false, "Among many calls one gave another answer than alone, when the program "
                  "had made others before: a function keeps nothing from call to call.");
}

// A mean of 0 and a std of 1 leave nothing to do, and there may be a path of its own for them;
// also where they are the same number.
static void try_every_length(void)
{
    const float std = 0.1f + (float)fabs(random_normal());
    try_lengths_with((float)random_normal(), std, N_LENGTHS);
    try_lengths_with(0, 1, 50);
    try_lengths_with(std, std, 20);
}

Test(normal_fill, every_length)
{
    for (size_t n = 16; n <= 18; n++)
        try_random_fill(n);
    try_every_length();
    try_random_fill(random_between(34, 63));
    try_random_fill(16 * random_between(3, 9));
    try_random_fill(1027);
    judge_passed();
}

Test(normal_fill, large_sizes)
{
    try_random_fill(18);
    try_random_fill(4111);
    try_random_fill(4111);
    try_random_fill(65552);
    try_random_fill(65563);
    judge_passed();
}

// Distances that are small, and not 0: of the smallest fractions that leave a trace.
static struct tape *near_tape(size_t n)
{
    struct tape *tape = random_tape(n);
    for (size_t k = 0; k < tape->n_words; k++) {
        const uint32_t high = judge_random();
        if (n < 16 && k % 4 == 2)
            tape->words[k] = (high & 0xffe00000u) | (k % 8 == 2 ? 0 : judge_random() % 9);
        else if (n < 16 && k % 4 == 3)
            tape->words[k] = (uint32_t)1 << random_between(18, k == 3 ? 19 : 30);
        else if (n >= 16 && high % 4 > 0)
            tape->words[k] = (high & 0xff000000u) | (judge_random() % 12 + 1);
    }
    return tape;
}

// The smallest fraction and the largest do occur.
Test(normal_fill, fraction_of_zero)
{
    const size_t lengths[] = {19, 5, 16};
    for (size_t l = 0; l < 3; l++) {
        struct tape *mixed = random_tape(lengths[l]), *ones = new_tape(lengths[l]);
        const float mean = (float)random_normal();
        try_fill(random_tape(lengths[l]), mean, 1.5f, lengths[l]);
        try_fill(new_tape(lengths[l]), mean, 1.5f, lengths[l]);
        for (size_t k = 0; k < ones->n_words; k++) // less than 1, and 1 as a float
            ones->words[k] = k % 2 == 0 ? 0xffffffffu : 0xfff80000u;
        try_fill(ones, mean, 1.5f, lengths[l]);
        try_fill(near_tape(lengths[l]), 0, 1.5f, lengths[l]);
        memset(ones->words, 0xff, ones->n_words * sizeof *ones->words);
        try_fill(ones, mean, 1.5f, lengths[l]);
        for (size_t k = 0; k < mixed->n_words; k += 1 + judge_random() % 4)
            mixed->words[k] = judge_random() % 2 ? 0xffffffffu : 0xff000000u;
        try_fill(mixed, mean, 1.5f, lengths[l]);
    }
    judge_passed();
}

// Words whose directions are far from the axes, so that no cosine and no sine may have
// either sign.
static struct tape *slanting_tape(size_t n)
{
    struct tape *tape = random_tape(n);
    for (size_t k = 0; k < tape->n_words; k++)
        tape->words[k] = (tape->words[k] & ~0x240000u) | 0x120000u;
    return tape;
}

// A source that looks at no rng.
static void try_without_rng(size_t n)
{
    const float mean = (float)random_normal();
    uint32_t *words = judge_ids(words_for(n));
    for (size_t k = 0; k < words_for(n); k++)
        words[k] = THE_SAME_WORD;
    fresh_case();
    judge_case("draw always gives the word %08lx (hexadecimal), and rng is NULL.",
               (unsigned long)THE_SAME_WORD);
    float *out = floats_out(n);
    expect_accepted(CALL(normal_fill, out, same_word, NULL, mean, 2, n), out);
    expect_values(out, words, mean, 2, n);
}

Test(normal_fill, special_values)
{
    const float parameters[][2] = {{0, INFINITY},
                                   {NAN, 1},
                                   {INFINITY, 1},
                                   {-INFINITY, 2},
                                   {-INFINITY, INFINITY},
                                   {0, 1e-10f},
                                   {1e-12f, 1e-9f},
                                   {0, 1e-40f},
                                   {0, FLT_TRUE_MIN},
                                   {-1e36f, 1e36f},
                                   {1e30f, 1},
                                   {0.25f, 0},
                                   {-3, -0.0f}};
    try_random_fill(18);
    for (size_t k = 0; k < sizeof parameters / sizeof *parameters; k++) {
        const size_t few = random_between(1, 15), many = random_between(17, 31);
        try_fill(slanting_tape(many), parameters[k][0], parameters[k][1], many);
        try_fill(slanting_tape(few), parameters[k][0], parameters[k][1], few);
    }
    try_without_rng(18);
    try_without_rng(5);
    try_random_fill(5);
    judge_passed();
}

// mean and std * z cancel, so that what is left shows whether anything was rounded to float
// before the end. Nine digits of pi are enough.
static void try_cancelling(float std, size_t which)
{
    struct tape *tape;
    struct normal normal;
    double z;
    do {
        tape = random_tape(2);
        normal = normal_of(tape->words, 2);
        z = normal.z[which];
    } while (!(fabs(z) > 1 && fabs(z - (double)(float)z) > 3e-8 * normal.r[which]));
    const float mean = (float)(-z * (double)std);
    const float *out = try_fill(tape, mean, std, 2);
    const double wanted = z * (double)std + (double)mean;
    const double allowed = 0x1p-24 * fabs(wanted) + 2e-8 * normal.r[which] * (double)std;
    expect_floats(out + which, &wanted, &allowed, 1, 1);
}

Test(normal_fill, rounds_at_the_end)
{
    const float stds[] = {1, 100000, 1e-6f, 3, 0.02f};
    for (size_t s = 0; s < sizeof stds / sizeof *stds; s++) {
        try_cancelling(stds[s], 0);
        try_cancelling(stds[s], s % 2); // the cosine or the sine
    }
    judge_passed();
}

static void try_no_values(float std, bool must_accept)
{
    struct tape *tape = random_tape(1);
    fresh_case();
    struct tape *rng = bytes_inout(tape, tape_bytes(tape));
    float *out = floats_out(1);
    const bool got = CALL(normal_fill, out, read_tape, rng, 0, std, 0);
    expect(got || !must_accept,
           "normal_fill must return true here: there is nothing to write.");
    expect(is_untouched(out), "normal_fill wrote to out, though n is 0.");
    expect(rng->n_drawn == 0, "It drew %zu words for no values at all.", rng->n_drawn);
}

Test(normal_fill, no_values)
{
    try_random_fill(20);
    try_no_values(1, true);
    try_no_values(0, true);
    try_no_values(INFINITY, true);
    try_no_values(-1, false); // two rules speak, and either may win
    try_random_fill(3);
    judge_passed();
}

static void refuse_std(float std, size_t n, size_t fails_at)
{
    struct tape *tape = random_tape(n);
    const float mean = n % 2 == 0 ? 0 : (float)random_normal();
    tape->fails_at = fails_at;
    fresh_case();
    struct tape *rng = bytes_inout(tape, tape_bytes(tape));
    float *out = floats_out(n);
    expect_refused(CALL(normal_fill, out, read_tape, rng, mean, std, n), out,
                   isnan(std) ? "std is not a number" : "std is negative");
    expect(rng->n_drawn == 0, "It drew %zu words before it refused std.", rng->n_drawn);
}

Test(normal_fill, refuses_bad_std)
{
    const float bad[] = {-1, -1e-30f, -FLT_TRUE_MIN, -0.02f, NAN, -NAN, -INFINITY};
    const size_t lengths[] = {18, 16, 5, 1};
    try_random_fill(18);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        for (size_t l = k % 2; l < 4; l += 2)
            refuse_std(bad[k], lengths[l], SIZE_MAX);
    refuse_std(-1, 70001, SIZE_MAX);
    refuse_std(NAN, 18, 0);
    refuse_std(-1, 5, 3);
    try_random_fill(5);
    judge_passed();
}

// A source that has no word number `fails_at`: once, or for ever.
static void try_failing(size_t n, size_t fails_at, bool once)
{
    struct tape *tape = random_tape(n);
    if (once)
        tape->fails_at = fails_at;
    else
        tape->n_words = fails_at;
    fresh_case();
    judge_case("draw fails when it is asked for word %zu%s", fails_at,
               once ? ", and would not fail again." : ".");
    struct tape *rng = bytes_inout(tape, tape_bytes(tape));
    float *out = floats_out(n);
    expect(!CALL(normal_fill, out, read_tape, rng, 0, 1, n),
           "normal_fill must return false here: draw returned false.");
    expect(rng->n_after == 0,
           "draw was called again after it had returned false: return false at once.");
}

Test(normal_fill, source_runs_dry)
{
    static const size_t cases[][2] = {{18, 0},  {18, 15}, {18, 16}, {18, 17}, {18, 18},
                                      {18, 33}, {40, 20}, {40, 32}, {40, 39}, {40, 40},
                                      {40, 55}, {16, 0},  {16, 15}, {1, 0},   {1, 3},
                                      {5, 4},   {5, 7},   {5, 11},  {32, 31}};
    try_random_fill(18);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        try_failing(cases[k][0], cases[k][1], true);
        if (k % 4 == 1)
            try_failing(cases[k][0], cases[k][1], false);
    }
    for (size_t n = 1; n<16; n += n> 4 ? 2 : 1) { // the first, and one of the last four
        const size_t needed = 4 * ((n + 1) / 2);
        try_failing(n, needed - random_between(1, 4), true);
        try_failing(n, 0, false);
    }
    try_failing(20011, 20010, true);
    try_random_fill(5);
    judge_passed();
}

Test(normal_fill, stays_in_bounds)
{
    static const size_t lengths[] = {16, 17, 29, 1, 6};
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        for (size_t l = 0; l < 2 * sizeof lengths / sizeof *lengths; l++)
            try_random_fill(lengths[l / 2]);
    }
    judge_passed();
}

// ---- 2.4 mean_abs_cosine -------------------------------------------------------------

// Of rows of length 1, or of zeros.
static double mean_of(const float *rows, size_t n, size_t d)
{
    double sum = 0, *units = judge_doubles(n * d);
    for (size_t b = 0; b < n; b++) {
        const double *y = units + b * d,
                     length = sqrt(dot_product(rows + b * d, rows + b * d, d));
        for (size_t i = 0; i < d && length > 0; i++)
            units[b * d + i] = (double)rows[b * d + i] / length;
        for (const double *x = units; length > 0 && x < y; x += d) {
            double cosine = 0;
            for (size_t i = 0; i < d; i++)
                cosine += x[i] * y[i];
            sum += fabs(cosine);
        }
    }
    return n < 2 ? 0 : sum / (0.5 * (double)n * (double)(n - 1));
}

// Some roundings to float of each cosine, and a sum of d products in double: d 2^-53 of
// both lengths (Higham, Accuracy and Stability, sec. 3.1), twice.
static double try_mean(const float *values, size_t n_rows, size_t d_model)
{
    const double wanted = mean_of(values, n_rows, d_model);
    fresh_case();
    const float *rows = floats_in(values, n_rows * d_model);
    const double got = (double)CALL(mean_abs_cosine, rows, n_rows, d_model);
    expect_number("the mean", got, wanted, 5e-7 * wanted + (double)d_model * 0x1p-52);
    return got;
}

// Rows of different lengths.
static void try_mean_once(size_t n_rows, size_t d_model)
{
    float *rows = normals(n_rows * d_model);
    for (size_t i = 0; i < n_rows * d_model; i++)
        rows[i] *= (float)(1 + i / d_model % 7);
    try_mean(rows, n_rows, d_model);
}

// Twice the same sizes in the same place: the second time, one number in the middle is
// another.
static void try_random_mean(size_t n_rows, size_t d_model)
{
    float *rows = normals(n_rows * d_model);
    for (size_t i = 0; i < n_rows * d_model; i++)
        rows[i] *= (float)(1 + i / d_model % 7);
    try_mean(rows, n_rows, d_model);
    rows[n_rows * d_model / 2] += 1;
    try_mean(rows, n_rows, d_model);
}

// Every width and every number of rows in one process; one that went wrong is tried once
// more, alone.
static void try_every_table(void)
{
    size_t sizes[3 * N_LENGTHS][2], n = 0;
    for (size_t k = 0; k < N_LENGTHS; k++) {
        const size_t s = nth_length(k);
        const size_t these[3][2] = {{3, s}, {s, 2}, {s, s}};
        const size_t n_these = s <= 20 ? 3 : s <= 68 || s == 128 ? 2 : 1;
        memcpy(sizes + n, these, n_these * sizeof *these);
        n += n_these;
    }
    const size_t most = 3 * nth_length(N_LENGTHS - 1);
    const float *values = normals(most);
    fresh_case();
    const float *rows = floats_in(values, most);
    together();
    for (size_t k = 0; k < n; k++)
        CALL(mean_abs_cosine, rows, sizes[k][0], sizes[k][1]);
    together_now();
    for (size_t k = 0; k < n; k++) {
        const double wanted = mean_of(values, sizes[k][0], sizes[k][1]);
        if (fabs(returned(k) - wanted) <= 5e-7 * wanted + (double)sizes[k][1] * 0x1p-52)
            continue;
        try_mean(values, sizes[k][0], sizes[k][1]);
        expect(false, "Among many calls one gave another answer than alone: it keeps "
                      "something from call to call, and must not.");
    }
}

// Half of the numbers are zeros: rows with zeros at both ends or at the beginning are no rows
// of zeros, and where both have a zero no sum ends. The rows have ends in common.
static void try_many_zeros(void)
{
    enum { N = 7, D = 11 };
    float rows[N * D] = {0};
    for (size_t r = 0; r < N; r++) {
        for (size_t i = 1; i < D - 1; i++)
            rows[r * D + i] = judge_random() % 2 ? (float)random_normal() : 0;
        rows[r * D] = rows[r * D + D - 1] = r < 4 ? 0.5f : 0;
        rows[r * D + 1] = r < 2 ? -2 : rows[r * D + 1];
        rows[r * D + D - 2] = (float)random_normal();
    }
    memset(rows + 5 * D, 0, (D - 2) * sizeof *rows);
    try_mean(rows, N, D);
}

Test(mean_abs_cosine, worked_example)
{
    // The text's three rows, which can be followed by hand. They make three pairs, and
    // n (n - 1) / 2 is n: with three rows more each wrong number of pairs gives another mean.
    const float rows[] = {3, 4, 1, 0, -4, -3, 3, 1, 1, -2, 2, 5}, two[] = {3, 4, -8, 6},
                opposite[] = {1, 2, -2, -4};
    try_mean(rows, 3, 2);
    try_mean(rows, 6, 2);
    try_mean(two, 2, 2);
    try_mean(opposite, 2, 2);
    try_random_mean(3, 2);
    judge_passed();
}

// Rows that are the same, or point the same way or the opposite one, are pairs too.
static void try_parallel_rows(size_t d)
{
    float *rows = normals(6 * d);
    memcpy(rows + 3 * d, rows, d * sizeof *rows);
    for (size_t i = 0; i < d; i++) {
        rows[4 * d + i] = -2 * rows[d + i];
        rows[5 * d + i] = -rows[i];
    }
    try_mean(rows, 6, d);
}

// Cosines between 0.9999 and 1.
static void try_nearly_parallel_rows(size_t d)
{
    float *rows = normals(3 * d);
    for (size_t i = d; i < 3 * d; i++)
        rows[i] = rows[i - d] + 3e-3f * (float)random_normal();
    try_mean(rows, 3, d);
}

Test(mean_abs_cosine, random_tables)
{
    static const size_t sizes[][2] = {{3, 5}, {7, 2}, {4, 64},  {20, 3},
                                      {2, 9}, {5, 1}, {9, 768}, {17, 33}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        try_random_mean(sizes[k][0], sizes[k][1]);
    try_parallel_rows(7);
    try_parallel_rows(2);
    try_nearly_parallel_rows(5);
    try_every_table();
    try_many_zeros();
    judge_passed();
}

// Sums that a float does not hold: 16,777,216 + 1, and large terms that cancel.
static void try_hard_sums(size_t d)
{
    float *rows = normals(3 * d), *hard = normals(3 * d);
    for (size_t i = 0; i < d; i++) {
        hard[i] = i == 0 ? 4096 : 1;
        hard[d + i] = i == 0 ? 4096 : -1;
    }
    try_mean(hard, 3, d);
    for (size_t r = 0; r < 3; r++) {
        rows[r * d] = r == 0 ? 1e8f : 1;
        rows[r * d + d - 1] = r == 0 ? -1e8f : 1;
    }
    try_mean(rows, 3, d);
}

// Rows that are all zeros but for some at both ends.
static void try_ends(size_t n_rows, size_t n_ends)
{
    float *rows = judge_floats(n_rows * 2);
    fill_normal(rows, n_ends * 2);
    fill_normal(rows + (n_rows - n_ends) * 2, n_ends * 2);
    try_mean(rows, n_rows, 2);
}

Test(mean_abs_cosine, large_sizes)
{
    try_random_mean(3, 5);
    try_mean_once(67, 131);
    try_mean_once(3, 70001);
    try_mean(normals(1031 * 2), 1031, 2); // so many pairs that a float loses some
    try_ends(2053, 21);
    try_hard_sums(40001);
    judge_passed();
}

Test(mean_abs_cosine, closed_form)
{
    // sqrt(1 / pi) gamma(d / 2) / gamma((d + 1) / 2): the mean of |cos| of two independent
    // normal rows; its standard deviation follows from E cos^2 = 1 / d
    static const struct {
        size_t d;
        double mean;
    } exact[] = {
        {2, 0.636619772}, {3, 0.5}, {5, 0.375}, {64, 0.100125908}, {768, 0.0288005528}};
    const size_t n = 90, pairs = n * (n - 1) / 2;
    for (size_t k = 0; k < 5; k++) {
        const size_t d = exact[k].d;
        const double m = exact[k].mean, variance = 1.0 / (double)d - m * m;
        const double got = try_mean(normals(n * d), n, d);
        judge_case("The rows are random: their mean is known.");
        expect_number("the mean", got, m, 6 * sqrt(variance / (double)pairs));
    }
    judge_passed();
}

// Rows of zeros first, in the middle, last, and side by side; rows without a single number
// are rows of zeros, and those whose sum is 0 are not.
Test(mean_abs_cosine, zero_rows)
{
    const float zeros[6] = {0};
    const size_t n = 6, d = 3;
    try_random_mean(n, d);
    for (size_t first = 0; first < n; first++) {
        float *rows = normals(n * d);
        for (size_t i = 0; i < d; i++)
            rows[first * d + i] = i % 2 == 0 ? 0 : -0.0f;
        try_mean(rows, n, d);
        memcpy(rows + (first + 1) % n * d, zeros, d * sizeof *rows);
        try_mean(rows, n, d);
    }
    for (size_t width = 1; width < 4; width++) {
        float *rows = normals(4 * width);
        try_mean(zeros, 2, width);
        memcpy(rows + width, zeros, width * sizeof *rows);
        try_mean(rows, 4, width);
        for (size_t i = 1; i < 4 * width; i += 2)
            rows[i] = -rows[i - 1];
        try_mean(rows, 4, width);
    }
    for (size_t none = 0; none < 6; none += 1 + none)
        try_mean(zeros, none, 0);
    try_random_mean(n, d);
    judge_passed();
}

Test(mean_abs_cosine, fewer_than_two_rows)
{
    const float one[] = {1, 2, 3};
    try_random_mean(2, 3);
    try_mean(one, 1, 3);
    try_mean(one, 0, 3);
    try_mean(normals(5003), 1, 5003);
    try_mean(normals(3), 0, 768);
    try_random_mean(2, 3);
    judge_passed();
}

// Rows whose lengths have nothing to do with each other, down to the smallest floats.
static void try_lengths(double first, double others)
{
    float rows[5 * 6];
    for (size_t i = 0; i < 30; i++)
        rows[i] = (float)((random_normal() + 0.5) * (i < 6 ? first : others));
    try_mean(rows, 5, 6);
}

Test(mean_abs_cosine, any_length)
{
    const double scales[] = {1, 1e-8, 1e-15, 1e-25, 1e-40, 1e6, 1e12, 1e18, 1e30};
    const size_t n = sizeof scales / sizeof *scales;
    const float nearly_across[] = {3, 7, 0.7f, -0.3f}; // a right angle but for 2e-8
    const float steep[] = {1e-11f, 1, 3, 0},
                close[] = {1, 0, 1, 1.265e-3f}; // 1e-11; 1 - 8e-7
    const float largest[] = {FLT_MAX,  FLT_MAX, -FLT_MAX, 1, 2, 4,
                             -FLT_MAX, FLT_MAX, FLT_MAX,  0, 1, 0};
    const float tiny[] = {FLT_TRUE_MIN, 0, FLT_TRUE_MIN, FLT_TRUE_MIN, 0, -FLT_TRUE_MIN};
    try_random_mean(2, 6);
    for (size_t s = 0; s < n; s++) {
        try_lengths(scales[s], scales[s]);
        try_lengths(scales[s], scales[n - 1 - s]);
        try_lengths(1, scales[s]);
    }
    try_mean(tiny, 3, 2);
    try_mean(nearly_across, 2, 2);
    try_mean(steep, 2, 2);
    try_mean(close, 2, 2);
    try_mean(largest, 4, 3);
    judge_passed();
}

Test(mean_abs_cosine, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_mean(7, 5);
    }
    judge_passed();
}
