// Tests of chapter 2, init. A suite is a function, a test one thing that can be wrong.
//
// The numbers of PyTorch were printed once by PyTorch 1.13 on a CPU, to nine digits; each
// place says by which call. All else is computed here, in double, by the plainest code.
#include "02_init.h"
#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

JUDGE_CHAPTER(2);

// ---- a generator of the tests' own ---------------------------------------------------

enum { N_STATE = 624 };

// What a wrong mt19937_next does; RIGHT is the generator itself.
enum twist {
    RIGHT,
    NOT_TEMPERED,
    NOT_STIRRED,
    BITS_EXCHANGED,
    CONSTANT_WHEN_EVEN,
    CONSTANT_ALWAYS,
    CONSTANT_NEVER,
    ODD_WORD_NOT_MIXTURE,
    ODD_AFTER_SHIFT,
    AHEAD_396,
    AHEAD_398,
    NOT_IN_PLACE,
    TEMPERED_STATE,
    STIRRED_EARLY,
    SHIFTS_EXCHANGED,
    MASKS_EXCHANGED,
    SAME_WORD,
    SEED_NOT_STIRRED_LATER,
    N_TWISTS
};

static const char *const twist_says[N_TWISTS] = {
    [NOT_TEMPERED] = "These words are not tempered: the four lines y ^= ... are missing.",
    [NOT_STIRRED] =
        "The state as it came from the seed was handed out: when *next is 624, stir "
        "first.",
    [BITS_EXCHANGED] =
        "The mixture is made of the wrong parts: the top bit is that of s[k], "
        "the other 31 are those of s[k + 1].",
    [CONSTANT_WHEN_EVEN] =
        "9908b0df comes in when the bit that falls out is a 1, not when it is "
        "a 0.",
    [CONSTANT_ALWAYS] = "9908b0df comes in only when the bit that falls out is a 1.",
    [CONSTANT_NEVER] =
        "9908b0df never comes in: it does when the bit that falls out is a 1.",
    [ODD_WORD_NOT_MIXTURE] =
        "The bit that falls out is the last bit of the mixture, not that of "
        "s[k].",
    [ODD_AFTER_SHIFT] =
        "The bit that falls out was looked for after the shift, when it is gone: "
        "look at the mixture first.",
    [AHEAD_396] = "The word ahead is s[k + 397], not s[k + 396].",
    [AHEAD_398] = "The word ahead is s[k + 397], not s[k + 398].",
    [NOT_IN_PLACE] =
        "The state is stirred in place: from k = 227 on, s[k + 397 - 624] is a new "
        "word already, and so is s[0] for k = 623.",
    [TEMPERED_STATE] =
        "The first 624 words are right and then they are not: tempering must "
        "work on a copy and leave the state alone.",
    [STIRRED_EARLY] =
        "The state is stirred a word too early: s[623] has to be handed out too.",
    [SHIFTS_EXCHANGED] = "Tempering shifts by 11, 7, 15, 18, in this order.",
    [MASKS_EXCHANGED] =
        "The two masks of the tempering are exchanged: 9d2c5680 goes with << 7, "
        "efc60000 with << 15.",
    [SAME_WORD] = "It is the same word every time: count *next up.",
    [SEED_NOT_STIRRED_LATER] =
        "From word 624 on, the old words come again: stir whenever *next "
        "is 624, not just once.",
};

struct generator {
    uint32_t state[N_STATE];
    size_t next;
};

static void seed_generator(struct generator *g, uint32_t seed)
{
    g->state[0] = seed;
    for (uint32_t k = 1; k < N_STATE; k++)
        g->state[k] = 1812433253u * (g->state[k - 1] ^ g->state[k - 1] >> 30) + k;
    g->next = N_STATE;
}

static uint32_t stirred(const struct generator *g, size_t k, uint32_t ahead,
                        enum twist twist)
{
    const uint32_t here = g->state[k], after = g->state[(k + 1) % N_STATE];
    uint32_t mixed = (here & 0x80000000u) | (after & 0x7fffffffu);
    if (twist == BITS_EXCHANGED)
        mixed = (after & 0x80000000u) | (here & 0x7fffffffu);
    uint32_t odd = (twist == ODD_WORD_NOT_MIXTURE ? here
                    : twist == ODD_AFTER_SHIFT    ? mixed >> 1
                                                  : mixed) &
                   1;
    odd = twist == CONSTANT_WHEN_EVEN ? !odd : twist == CONSTANT_ALWAYS ? 1 : odd;
    odd = twist == CONSTANT_NEVER ? 0 : odd;
    return ahead ^ mixed >> 1 ^ (odd ? 0x9908b0dfu : 0);
}

static void stir(struct generator *g, enum twist twist)
{
    const size_t far = twist == AHEAD_396 ? 396 : twist == AHEAD_398 ? 398 : 397;
    const struct generator old = *g;
    for (size_t k = 0; k < N_STATE; k++) {
        const struct generator *from = twist == NOT_IN_PLACE ? &old : g;
        g->state[k] = stirred(from, k, from->state[(k + far) % N_STATE], twist);
    }
}

static uint32_t tempered(uint32_t y, enum twist twist)
{
    const int shift = twist == SHIFTS_EXCHANGED ? 7 : 0; // 18, 7, 15, 11
    const uint32_t b = twist == MASKS_EXCHANGED ? 0xefc60000u : 0x9d2c5680u;
    const uint32_t c = twist == MASKS_EXCHANGED ? 0x9d2c5680u : 0xefc60000u;
    y ^= y >> (11 + shift);
    y ^= y << 7 & b;
    y ^= y << 15 & c;
    return y ^ y >> (18 - shift);
}

static uint32_t next_word(struct generator *g, enum twist twist)
{
    if (g->next >= (twist == STIRRED_EARLY ? N_STATE - 1u : N_STATE)) {
        if (twist != NOT_STIRRED &&
            (twist != SEED_NOT_STIRRED_LATER || g->next == N_STATE))
            stir(g, twist);
        g->next = 0;
    }
    const uint32_t raw = g->state[g->next];
    const uint32_t word = twist == NOT_TEMPERED ? raw : tempered(raw, twist);
    if (twist == TEMPERED_STATE)
        g->state[g->next] = word;
    g->next += twist != SAME_WORD;
    if (twist == SEED_NOT_STIRRED_LATER && g->next == N_STATE)
        g->next = N_STATE + 1;
    return word;
}

// The first n words of a seed, made by this generator or by a wrong one.
static void make_words(uint32_t *words, uint32_t seed, size_t n, enum twist twist)
{
    struct generator g;
    seed_generator(&g, seed);
    for (size_t k = 0; k < n; k++)
        words[k] = next_word(&g, twist);
}

// ---- 2.1 mt19937_next ----------------------------------------------------------------

typedef bool next_function(uint32_t *, uint32_t *, size_t *);

static bool call_often(next_function *function, uint32_t *words, uint32_t *state,
                       size_t *next, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!function(&words[k], state, next))
            return false;
    return true;
}

// n calls in one child: words[k] is what call k wrote.
static bool call_next(uint32_t *words, uint32_t *state, size_t *next, size_t n)
{
    bool *result =
        judge_result("mt19937_next", "mt19937_next(&word, state, &next)", sizeof *result);
    if (judge_child()) {
        *result = call_often((next_function *)judge_symbol, words, state, next, n);
        judge_leave_child(0);
    }
    judge_wait();
    return *result;
}

// The sentence that names the mistake behind these words, or "".
static const char *name_the_twist(const uint32_t *got, uint32_t seed, size_t n)
{
    uint32_t *wrong = judge_ids(n);
    for (int t = RIGHT + 1; t < N_TWISTS; t++) {
        make_words(wrong, seed, n, (enum twist)t);
        if (memcmp(wrong, got, n * sizeof *got) == 0)
            return twist_says[t];
    }
    return "";
}

static void expect_stream(const uint32_t *got, const uint32_t *wanted, uint32_t seed,
                          size_t n)
{
    size_t k = 0;
    while (k < n && got[k] == wanted[k])
        k++;
    if (k < n && !is_untouched(got))
        judge_fail(WRONG, "word %zu: got %lu (%08lx), wanted %lu (%08lx).\n%s", k,
                   (unsigned long)got[k], (unsigned long)got[k], (unsigned long)wanted[k],
                   (unsigned long)wanted[k], name_the_twist(got, seed, n));
    expect_ids("word", got, wanted, n, NULL);
}

static void try_stream(const uint32_t *wanted, uint32_t seed, size_t n)
{
    struct generator g;
    seed_generator(&g, seed);
    uint32_t *words = ids_out("word", n);
    uint32_t *state = ids_inout("state", g.state, N_STATE);
    size_t *next = bytes_inout("next", &g.next, sizeof g.next);
    judge_case("%zu calls after seed %lu, *next 624 at first", n, (unsigned long)seed);
    expect_accepted(call_next(words, state, next, n), words);
    expect_stream(words, wanted, seed, n);
}

// 24 words, of which PyTorch has given the first five.
static void try_known(const uint32_t *torch, uint32_t seed)
{
    uint32_t wanted[24];
    make_words(wanted, seed, 24, RIGHT);
    memcpy(wanted, torch, 5 * sizeof *torch);
    try_stream(wanted, seed, 24);
}

Test(mt19937_next, first_words)
{
    // torch.manual_seed(123), then torch.randint(0, 0xFFFFFFFF, [1]) five times
    const uint32_t of_123[] = {2991312382u, 3062119789u, 1228959102u, 1840268610u,
                               974319580u};
    // the same with 137; llm.c's rand.h gives these as well
    const uint32_t of_137[] = {4053805790u, 2173880614u, 380293709u, 1237255315u,
                               2986595568u};
    try_known(of_123, 123);
    try_known(of_137, 137);
    judge_passed();
}

Test(mt19937_next, long_stream)
{
    const size_t n = 2000; // the state is stirred four times
    uint32_t *wanted = judge_ids(n);
    for (int draw = 0; draw < 3; draw++) {
        const uint32_t seed = judge_random();
        make_words(wanted, seed, n, RIGHT);
        try_stream(wanted, seed, n);
    }
    judge_passed();
}

Test(mt19937_next, any_seed)
{
    const uint32_t seeds[] = {0, 1, 5489, 0x80000000u, 0xffffffffu};
    uint32_t wanted[700];
    for (size_t s = 0; s < 5; s++) {
        make_words(wanted, seeds[s], 700, RIGHT);
        try_stream(wanted, seeds[s], 700);
    }
    judge_passed();
}

Test(mt19937_next, refuses_unseeded)
{
    const size_t nexts[] = {625, 1000000, SIZE_MAX};
    struct generator g;
    for (int k = 0; k < 3; k++) {
        seed_generator(&g, 123);
        uint32_t *word = ids_out("word", 1);
        uint32_t *state = ids_inout("state", g.state, N_STATE);
        size_t *next = bytes_inout("next", &nexts[k], sizeof nexts[k]);
        judge_case("*next %zu", nexts[k]);
        const bool returned = call_next(word, state, next, 1);
        expect_refused(returned, word, "*next is more than 624");
        expect_refused(returned, state, "*next is more than 624");
        expect_refused(returned, next, "it is more than 624");
    }
    const uint32_t first_of_123 = 2991312382u;
    try_stream(&first_of_123, 123, 1);
    judge_passed();
}

Test(mt19937_next, stays_in_bounds)
{
    uint32_t wanted[1300];
    make_words(wanted, 42, 1300, RIGHT);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_stream(wanted, 42, 1300);
    }
    judge_passed();
}

// ---- 2.2 uniform_float ---------------------------------------------------------------

static double fraction(uint32_t word)
{
    return (double)(word % (1u << 24)) / 16777216.0;
}

static void try_fraction(uint32_t word)
{
    const double w = word, low = word % (1u << 24);
    const struct {
        const char *says;
        double gives;
    } wrong[] = {
        {"The high bits of the word are in it: PyTorch keeps the low 24, divided by "
         "2^24.",
         w / 4294967296.0},
        {"Only 23 bits are kept: the mask is 0xffffff.", (word % (1u << 23)) / 8388608.0},
        {"Only 23 bits are kept: the mask is 0xffffff.",
         (word % (1u << 23)) / 16777216.0},
        {"Divided by 2^23: the divisor is 2^24 = 16777216.", low / 8388608.0},
        {"Divided by 2^25: the divisor is 2^24 = 16777216.", low / 33554432.0},
        {"Divided by 2^32: having kept 24 bits, divide by 2^24.", low / 4294967296.0},
        {"The word is divided whole: keep its low 24 bits first.",
         (double)(float)(w / 16777216.0)},
        {"This is 1 - u: that comes later, at the logarithm.", 1 - low / 16777216.0},
        {"Half a step was added: PyTorch's fraction begins at 0.",
         (low + 0.5) / 16777216.0},
        {"This is a division of whole numbers: convert to float before you divide.",
         (double)((word % (1u << 24)) / 16777216u)},
        {"The word was taken for a signed number.",
         (double)(float)((int32_t)word / 4294967296.0)},
        {"The word was taken for a signed number.",
         (double)(float)((int32_t)word / 2147483648.0)},
        {"The fraction is not divided yet: this is the whole number.", low},
    };
    enum { N_WRONG = sizeof wrong / sizeof *wrong };
    struct mistake mistakes[N_WRONG + 1] = {{NULL, NULL}};
    for (size_t i = 0; i < N_WRONG; i++)
        mistakes[i] = (struct mistake){wrong[i].says, &wrong[i].gives};
    judge_case("word %lu, which is %08lx", (unsigned long)word, (unsigned long)word);
    expect_number("the fraction", (double)CALL(uniform_float, word), fraction(word), 0,
                  mistakes);
}

Test(uniform_float, known_words)
{
    // torch.manual_seed(123); torch.rand(5), and the words it was made of
    const uint32_t words[] = {2991312382u, 3062119789u, 1228959102u, 1840268610u,
                              974319580u};
    const float torch_rand[] = {0.296111941f, 0.516562283f, 0.251670718f, 0.68855679f,
                                0.0739724636f};
    for (size_t k = 0; k < 5; k++) {
        try_fraction(words[k]);
        expect_number("the fraction", (double)CALL(uniform_float, words[k]),
                      (double)torch_rand[k], 0, NULL);
    }
    judge_passed();
}

Test(uniform_float, random_words)
{
    for (int draw = 0; draw < 16; draw++)
        try_fraction(judge_random() | 0x01800001u);
    judge_passed();
}

Test(uniform_float, never_one)
{
    const uint32_t words[] = {0xffffffffu, 0xffffff80u, 0x00ffffffu, 0x7fffffffu,
                              0xfffffffeu};
    judge_remark(
        "No fraction is 1, and the largest is 16777215 / 16777216: keep 24 bits, divide "
        "by 2^24.");
    for (size_t k = 0; k < 5; k++)
        try_fraction(words[k]);
    judge_passed();
}

Test(uniform_float, single_bits)
{
    const uint32_t words[] = {1,        2,        1u << 22,    1u << 23,
                              1u << 24, 1u << 31, 0xff000000u, 0};
    for (size_t k = 0; k < 8; k++)
        try_fraction(words[k]);
    judge_passed();
}

// ---- 2.3 normal_fill -----------------------------------------------------------------

enum { TAPE_WORDS = 1100 };

// A source of words that the test has written beforehand, and that counts.
struct tape {
    size_t n_words, n_drawn;
    uint32_t words[TAPE_WORDS];
};

static bool read_tape(uint32_t *words, void *rng, size_t n)
{
    struct tape *tape = rng;
    if (n > tape->n_words - tape->n_drawn)
        return false;
    memcpy(words, tape->words + tape->n_drawn, n * sizeof *words);
    tape->n_drawn += n;
    return true;
}

// What a wrong normal_fill does; AS_TORCH is the right one.
enum bend {
    AS_TORCH,
    TAIL_WITHOUT_SKIP,
    TAIL_FROM_SKIPPED,
    TAIL_NOT_REDRAWN,
    TAIL_AS_PAIRS,
    BLOCK_FOR_FEW,
    FEW_IN_24_BITS,
    PARTS_NOT_EXCHANGED,
    HALVES_EXCHANGED,
    PAIR_NEIGHBOURS,
    HALVES_OF_THE_WHOLE,
    LOG_OF_U,
    U_EXCHANGED,
    SIN_COS_EXCHANGED,
    VARIANCE,
    SQUARED_STD,
    MEAN_SCALED,
    NO_MEAN,
    NO_STD,
    HALF_TURN,
    NO_TURN,
    RADIUS_WITHOUT_2,
    LOG_10,
    ALL_32_BITS,
    TAIL_LEFT_OUT, // the last: it says nothing about the tail's values
    N_BENDS
};

static const char *const bend_says[N_BENDS] = {
    [TAIL_LEFT_OUT] =
        "The last n mod 16 places are left over: they are made by a tail of "
        "16 new words.",
    [TAIL_WITHOUT_SKIP] =
        "The tail comes too early: n mod 16 words are drawn and thrown away "
        "before its 16.",
    [TAIL_FROM_SKIPPED] =
        "The tail's block must be made of the 16 words that come after the n "
        "mod 16 wasted ones.",
    [TAIL_NOT_REDRAWN] =
        "The tail was not drawn anew: the last 16 places are made of 16 new "
        "words, over what the blocks left there.",
    [TAIL_AS_PAIRS] =
        "The tail went the road of small n: it is a block of 16, at places n - 16 to "
        "n - 1.",
    [BLOCK_FOR_FEW] =
        "Fewer than 16 values do not come from a block: they are made pair by pair, "
        "in double, four words a pair.",
    [FEW_IN_24_BITS] = "Below 16 values a fraction has 53 bits, from two words.",
    [PARTS_NOT_EXCHANGED] =
        "Below 16 values the parts are exchanged: the first fraction gives "
        "the direction, the second the distance.",
    [HALVES_EXCHANGED] =
        "The two words of a fraction are exchanged: the first one is the high "
        "half.",
    [PAIR_NEIGHBOURS] = "The pairs are j and j + 8, not 2j and 2j + 1.",
    [HALVES_OF_THE_WHOLE] =
        "The pairs are j and j + 8 in blocks of 16, not the two halves of the "
        "whole array.",
    [LOG_OF_U] = "This takes the logarithm of u: PyTorch takes that of 1 - u.",
    [U_EXCHANGED] =
        "Word j gives the distance and word j + 8 the direction; here it is the "
        "other way round.",
    [SIN_COS_EXCHANGED] = "Sine and cosine are exchanged: the cosine comes first.",
    [VARIANCE] =
        "This multiplies by the root of std: std is the standard deviation already.",
    [SQUARED_STD] = "This multiplies by std squared: std is not the variance.",
    [MEAN_SCALED] = "The mean was added before the multiplication: it is z * std + mean.",
    [NO_MEAN] = "The mean is missing.",
    [NO_STD] = "std is missing: multiply by it.",
    [HALF_TURN] = "The direction covers half a turn only: it is 2 pi u.",
    [NO_TURN] = "The direction is 2 pi u: the 2 pi is missing.",
    [RADIUS_WITHOUT_2] = "The distance is sqrt(-2 ln(1 - u)): the 2 is missing.",
    [LOG_10] = "This is log10: the formula wants the natural logarithm, log.",
    [ALL_32_BITS] =
        "These fractions keep 32 bits of a word: see uniform_float, exercise 2.2.",
};

struct recipe {
    enum bend bend;
    double mean, std;
};

static double stretch(double z, const struct recipe *r)
{
    switch (r->bend) {
    case VARIANCE:
        return z * sqrt(r->std) + r->mean;
    case SQUARED_STD:
        return z * r->std * r->std + r->mean;
    case MEAN_SCALED:
        return (z + r->mean) * r->std;
    case NO_MEAN:
        return z * r->std;
    case NO_STD:
        return z + r->mean;
    default:
        return z * r->std + r->mean;
    }
}

// u1 gives the distance, u2 the direction.
static void bend_pair(double *first, double *second, double u1, double u2,
                      const struct recipe *r)
{
    const double turn = r->bend == HALF_TURN ? acos(-1.0)
                        : r->bend == NO_TURN ? 1
                                             : 2 * acos(-1.0);
    const double p = r->bend == LOG_OF_U ? u1 : 1 - u1;
    const double minus_log = r->bend == LOG_10 ? -log10(p) : -log(p);
    const double radius = sqrt(r->bend == RADIUS_WITHOUT_2 ? minus_log : 2 * minus_log);
    const double c = stretch(radius * cos(turn * u2), r);
    const double s = stretch(radius * sin(turn * u2), r);
    *first = r->bend == SIN_COS_EXCHANGED ? s : c;
    *second = r->bend == SIN_COS_EXCHANGED ? c : s;
}

static double bent_fraction(uint32_t word, const struct recipe *r)
{
    return r->bend == ALL_32_BITS ? word / 4294967296.0 : fraction(word);
}

static void bend_block(double *out, const uint32_t *words, const struct recipe *r)
{
    const size_t step = r->bend == PAIR_NEIGHBOURS ? 2 : 1;
    const size_t other = r->bend == PAIR_NEIGHBOURS ? 1 : 8;
    for (size_t j = 0; j < 8; j++) {
        const double a = bent_fraction(words[step * j], r);
        const double b = bent_fraction(words[step * j + other], r);
        bend_pair(&out[step * j], &out[step * j + other], r->bend == U_EXCHANGED ? b : a,
                  r->bend == U_EXCHANGED ? a : b, r);
    }
}

static double long_fraction(const uint32_t *words, const struct recipe *r)
{
    const uint64_t high = words[r->bend == HALVES_EXCHANGED],
                   low = words[r->bend != HALVES_EXCHANGED];
    return (double)((high << 32 | low) & 0x1fffffffffffffu) / 9007199254740992.0;
}

static void bend_few(double *out, const uint32_t *words, size_t n, const struct recipe *r)
{
    const bool short_words = r->bend == FEW_IN_24_BITS,
               as_block = r->bend == PARTS_NOT_EXCHANGED;
    double odd;
    for (size_t i = 0; i < n; i += 2) {
        const uint32_t *w = words + (short_words ? i : 2 * i);
        double direction = short_words ? fraction(w[0]) : long_fraction(w, r);
        double distance = short_words ? fraction(w[1]) : long_fraction(w + 2, r);
        bend_pair(&out[i], i + 1 < n ? &out[i + 1] : &odd,
                  as_block ? direction : distance, as_block ? distance : direction, r);
    }
}

static void bend_tail(double *out, const uint32_t *words, size_t n,
                      const struct recipe *r)
{
    const size_t left = n % 16;
    switch (r->bend) {
    case TAIL_LEFT_OUT:
    case TAIL_NOT_REDRAWN:
        for (size_t i = n - left; i < n; i++)
            out[i] = r->bend == TAIL_LEFT_OUT ? ANYTHING : fraction(words[i]);
        break;
    case TAIL_WITHOUT_SKIP:
        bend_block(out + n - 16, words + n - left, r);
        break;
    case TAIL_FROM_SKIPPED:
        for (size_t i = 0; i < left; i++) {
            double block[16];
            bend_block(block, words + n - left, r);
            out[n - left + i] = block[i];
        }
        break;
    case TAIL_AS_PAIRS:
        bend_few(out + n - left, words + n - left, left, r);
        break;
    default:
        bend_block(out + n - 16, words + n, r);
    }
}

static void bend_halves(double *out, const uint32_t *words, size_t n,
                        const struct recipe *r)
{
    for (size_t j = 0; j < n / 2; j++)
        bend_pair(&out[j], &out[n / 2 + j], fraction(words[j]),
                  fraction(words[n / 2 + j]), r);
}

static void bend_all(double *out, const uint32_t *words, size_t n, const struct recipe *r)
{
    if (r->bend == BLOCK_FOR_FEW && n < 16) {
        double block[16];
        bend_block(block, words, r);
        memcpy(out, block, n * sizeof *out);
    } else if (n < 16) {
        bend_few(out, words, n, r);
    } else if (r->bend == HALVES_OF_THE_WHOLE) {
        bend_halves(out, words, n, r);
    } else {
        for (size_t start = 0; start + 16 <= n; start += 16)
            bend_block(out + start, words + start, r);
        if (n % 16 != 0)
            bend_tail(out, words, n, r);
    }
}

static size_t words_for(size_t n)
{
    return n < 16 ? 4 * ((n + 1) / 2) : n % 16 == 0 ? n : n + 16;
}

static struct tape *tape_of_seed(uint32_t seed, size_t skip)
{
    static struct tape tape;
    uint32_t *words = judge_ids(skip + TAPE_WORDS);
    make_words(words, seed, skip + TAPE_WORDS, RIGHT);
    memcpy(tape.words, words + skip, sizeof tape.words);
    tape.n_words = TAPE_WORDS;
    tape.n_drawn = 0;
    return &tape;
}

static void expect_values(const float *got, const struct tape *tape, float mean,
                          float std, size_t n)
{
    static char says[N_BENDS][256];
    struct mistake mistakes[N_BENDS] = {{NULL, NULL}};
    struct recipe recipe = {AS_TORCH, (double)mean, (double)std};
    double *wanted = judge_doubles(n + 16), *allowed = judge_doubles(n);
    bend_all(wanted, tape->words, n, &recipe);
    for (size_t i = 0; i < n; i++)
        allowed[i] = 4e-6 * (double)std + 2e-7 * fabs((double)mean);
    for (size_t b = 1; b < N_BENDS; b++) {
        double *gives = judge_doubles(n + 16);
        recipe.bend = (enum bend)b;
        bend_all(gives, tape->words, n, &recipe);
        snprintf(says[b], sizeof says[b], "%s", bend_says[b]);
        mistakes[b - 1] = (struct mistake){says[b], gives};
    }
    expect_floats("out", got, wanted, allowed, 1, n, mistakes);
}

static void expect_drawn(const struct tape *drawn, size_t n)
{
    const size_t wanted = words_for(n);
    if (drawn->n_drawn == wanted)
        return;
    if (n >= 16 && drawn->n_drawn == n)
        judge_fail(
            WRONG,
            "%zu words were drawn for %zu values, wanted %zu: the tail needs 16 new "
            "ones.",
            drawn->n_drawn, n, wanted);
    if (n % 16 == 0 && drawn->n_drawn == n + 16)
        judge_fail(
            WRONG,
            "%zu words were drawn for %zu values, wanted %zu: there is no tail when "
            "n is a multiple of 16.",
            drawn->n_drawn, n, wanted);
    if (n >= 16 && drawn->n_drawn == n - n % 16 + 16)
        judge_fail(WRONG,
                   "%zu words were drawn for %zu values, wanted %zu: the n mod 16 words "
                   "that are thrown away were not drawn.",
                   drawn->n_drawn, n, wanted);
    if (n < 16 && drawn->n_drawn == 4 * n)
        judge_fail(WRONG,
                   "%zu words were drawn for %zu values, wanted %zu: four words make two "
                   "values.",
                   drawn->n_drawn, n, wanted);
    judge_fail(WRONG,
               "%zu words were drawn for %zu values, wanted %zu: whoever draws next gets "
               "other words than with PyTorch.",
               drawn->n_drawn, n, wanted);
}

// Fills n values from the tape and compares them with what the words should become.
static const float *try_fill(const struct tape *tape, float mean, float std, size_t n)
{
    struct tape *rng = bytes_inout("rng", tape, sizeof *tape);
    word_source *draw = read_tape;
    float *out = floats_out("out", n);
    expect_accepted(CALL(normal_fill, out, draw, rng, mean, std, n), out);
    expect_values(out, tape, mean, std, n);
    expect_drawn(rng, n);
    return out;
}

static void try_seed(const float *torch, uint32_t seed, size_t skip, float std, size_t n)
{
    double *wanted = judge_doubles(n), *allowed = judge_doubles(n);
    judge_case("words of seed %lu%s, mean 0, std %g, n %zu", (unsigned long)seed,
               skip > 0 ? " from the sixth on" : "", (double)std, n);
    const float *out = try_fill(tape_of_seed(seed, skip), 0, std, n);
    for (size_t i = 0; i < n; i++) {
        wanted[i] = (double)torch[i];
        allowed[i] = 2e-6 * (double)std;
    }
    expect_floats("out", out, wanted, allowed, 1, n, NULL);
}

Test(normal_fill, worked_example)
{
    static struct tape tape = {.n_words = TAPE_WORDS};
    tape.words[0] = 0x800000;
    tape.words[8] = 0x400000;
    judge_case(
        "words 0 but word 0 = 800000 and word 8 = 400000 (hexadecimal), mean 1, std 3, "
        "n 16");
    try_fill(&tape, 1, 3, 16);
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
    try_seed(four, 123, 0, 1, 3);
    try_seed(eight, 137, 5, 1, 8);
    judge_case("words of seed 123, mean 0, std 1, n 15");
    const float *out = try_fill(tape_of_seed(123, 0), 0, 1, 15);
    // torch.manual_seed(123); torch.empty(15).normal_(): first 4, last 2
    expect_number("out[0]", (double)out[0], -0.111467116, 2e-6, NULL);
    expect_number("out[13]", (double)out[13], 0.665260434, 2e-6, NULL);
    expect_number("out[14]", (double)out[14], 0.352820754, 2e-6, NULL);
    judge_passed();
}

Test(normal_fill, every_length)
{
    static const size_t lengths[] = {16, 17, 31, 32, 33, 47, 48, 1, 2, 7, 14, 1027};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        const uint32_t seed = judge_random();
        const float mean = (float)random_normal(),
                    std = 0.1f + (float)fabs(random_normal());
        judge_case("words of seed %lu, mean %g, std %g, n %zu", (unsigned long)seed,
                   (double)mean, (double)std, lengths[l]);
        try_fill(tape_of_seed(seed, 0), mean, std, lengths[l]);
    }
    judge_passed();
}

Test(normal_fill, fraction_of_zero)
{
    static struct tape zeros = {.n_words = TAPE_WORDS};
    judge_case("every word is 0, mean 3, std 1, n 19");
    judge_remark("The fraction 0 does occur, and ln 0 is minus infinity: that is why the "
                 "formula has 1 - u.");
    try_fill(&zeros, 3, 1, 19);
    judge_case("every word is 0, mean 3, std 1, n 5");
    try_fill(&zeros, 3, 1, 5);
    judge_passed();
}

Test(normal_fill, no_values)
{
    judge_case("words of seed 7, mean 0.25, std 0, n 20");
    try_fill(tape_of_seed(7, 0), 0.25f, 0, 20);
    struct tape *rng = bytes_inout("rng", tape_of_seed(1, 0), sizeof *rng);
    word_source *draw = read_tape;
    float *out = floats_out("out", 1);
    judge_case("n 0");
    if (!CALL(normal_fill, out, draw, rng, 0, 1, 0))
        judge_fail(WRONG,
                   "normal_fill must return true here: there is nothing to write.");
    if (!is_untouched(out))
        judge_fail(WRONG, "normal_fill wrote to out, though n is 0.");
    if (rng->n_drawn != 0)
        judge_fail(WRONG, "%zu words were drawn for no values at all.", rng->n_drawn);
    judge_passed();
}

Test(normal_fill, refuses_bad_std)
{
    const float bad[] = {-1, -1e-30f, NAN, -INFINITY};
    const size_t lengths[] = {18, 5, 16, 40};
    word_source *draw = read_tape;
    for (size_t k = 0; k < 4; k++) {
        struct tape *rng = bytes_inout("rng", tape_of_seed(1, 0), sizeof *rng);
        float *out = floats_out("out", lengths[k]);
        judge_case("mean 0, std %g, n %zu", (double)bad[k], lengths[k]);
        const bool returned = CALL(normal_fill, out, draw, rng, 0, bad[k], lengths[k]);
        expect_refused(returned, out,
                       isnan(bad[k]) ? "std is not a number" : "std is negative");
        if (rng->n_drawn != 0)
            judge_fail(WRONG,
                       "%zu words were drawn before std was refused: look at std first.",
                       rng->n_drawn);
    }
    judge_case("words of seed 1, mean 0, std 1, n 18");
    try_fill(tape_of_seed(1, 0), 0, 1, 18);
    judge_passed();
}

Test(normal_fill, source_runs_dry)
{
    static const struct {
        size_t n_words, n;
    } cases[] = {{0, 16}, {0, 3}, {15, 16}, {17, 18}, {33, 18}, {20, 32}, {7, 5}};
    word_source *draw = read_tape;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct tape *tape = tape_of_seed(1, 0);
        tape->n_words = cases[k].n_words;
        struct tape *rng = bytes_inout("rng", tape, sizeof *rng);
        float *out = floats_out("out", cases[k].n);
        judge_case("a source of only %zu words, mean 0, std 1, n %zu", cases[k].n_words,
                   cases[k].n);
        if (CALL(normal_fill, out, draw, rng, 0, 1, cases[k].n))
            judge_fail(WRONG, "normal_fill must return false here: draw returned false.");
    }
    judge_case("words of seed 1, mean 0, std 1, n 18");
    try_fill(tape_of_seed(1, 0), 0, 1, 18);
    judge_passed();
}

Test(normal_fill, stays_in_bounds)
{
    static const size_t lengths[] = {16, 17, 29, 1, 6};
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            judge_case("words of seed 9, mean 0, std 1, n %zu", lengths[l]);
            try_fill(tape_of_seed(9, 0), 0, 1, lengths[l]);
        }
    }
    judge_passed();
}

// ---- 2.4 mean_abs_cosine -------------------------------------------------------------

// Sums over all pairs a < b of what the right answer and the wrong ones add up.
struct sums {
    double absolute, plain, squares, dots, one_norm, angles, neighbours, nonzero,
        square_norms;
};

static struct sums sum_pairs(const float *rows, size_t n, size_t d)
{
    struct sums s = {0};
    for (size_t b = 1; b < n; b++)
        for (size_t a = 0; a < b; a++) {
            const float *x = rows + a * d, *y = rows + b * d;
            const double c = cosine_of(x, y, d), xx = dot_product(x, x, d),
                         yy = dot_product(y, y, d);
            s.absolute += fabs(c);
            s.plain += c;
            s.squares += c * c;
            s.dots += fabs(dot_product(x, y, d));
            s.one_norm += xx > 0 ? fabs(dot_product(x, y, d)) / sqrt(xx) : 0;
            s.angles += acos(c);
            s.neighbours += b == a + 1 ? fabs(c) : 0;
            s.nonzero += xx > 0 && yy > 0;
            s.square_norms +=
                xx > 0 && yy > 0 ? fabs(dot_product(x, y, d)) / (xx * yy) : 0;
        }
    return s;
}

// The table read as if it were stored column after column.
static double of_columns(const float *rows, size_t n, size_t d)
{
    float *turned = judge_floats(n * d);
    for (size_t a = 0; a < n; a++)
        for (size_t i = 0; i < d; i++)
            turned[a * d + i] = rows[i * n + a];
    return sum_pairs(turned, n, d).absolute / (0.5 * (double)n * (double)(n - 1));
}

static void expect_mean(double got, const float *rows, size_t n, size_t d)
{
    const struct sums s = sum_pairs(rows, n, d);
    const double m = (double)n, pairs = 0.5 * m * (m - 1), right = s.absolute / pairs;
    const struct {
        const char *says;
        double gives;
    } wrong[] = {
        {"The signs were kept: take the absolute value of each cosine.", s.plain / pairs},
        {"The absolute value was taken of the sum: take it of each cosine.",
         fabs(s.plain) / pairs},
        {"This is the mean of the squares.", s.squares / pairs},
        {"This is the root of the mean of the squares: |cos| is wanted.",
         sqrt(s.squares / pairs)},
        {"These are dot products: divide each by both lengths.", s.dots / pairs},
        {"Only one length is divided by.", s.one_norm / pairs},
        {"The lengths are still squared: take their square roots.",
         s.square_norms / pairs},
        {"Each row was also paired with itself: that cosine is always 1.",
         (s.absolute + m) / (pairs + m)},
        {"Each row was also paired with itself: that cosine is always 1.",
         (2 * s.absolute + m) / (m * m)},
        {"Each row was also paired with itself, and not counted.",
         (s.absolute + m) / pairs},
        {"This is the sum: divide by the number of pairs, n (n - 1) / 2.", s.absolute},
        {"Divided by n: there are n (n - 1) / 2 pairs.", s.absolute / m},
        {"Divided by n squared: there are n (n - 1) / 2 pairs.", s.absolute / (m * m)},
        {"Divided by n squared: there are n (n - 1) / 2 pairs.",
         2 * s.absolute / (m * m)},
        {"This is half of it: each pair is counted once, there are n (n - 1) / 2.",
         right / 2},
        {"This is twice as much: each pair is counted once, there are n (n - 1) / 2.",
         2 * right},
        {"Only neighbouring rows were compared: all pairs are wanted.",
         s.neighbours / (m - 1)},
        {"Pairs with a row of zeros count too, as 0.", s.absolute / s.nonzero},
        {"These are angles: the cosines themselves are wanted.", s.angles / pairs},
        {"This is 1 minus the mean.", 1 - right},
        {"Row a begins at rows + a * d_model: this reads the table by columns.",
         of_columns(rows, n, d)},
    };
    enum { N_WRONG = sizeof wrong / sizeof *wrong };
    struct mistake mistakes[N_WRONG + 1] = {{NULL, NULL}};
    for (size_t i = 0; i < N_WRONG; i++)
        mistakes[i] = (struct mistake){wrong[i].says, &wrong[i].gives};
    expect_number("the mean", got, right, 2e-6, mistakes);
}

static void try_mean(const float *values, size_t n_rows, size_t d_model)
{
    const float *rows = floats_in("rows", values, n_rows * d_model);
    expect_mean((double)CALL(mean_abs_cosine, rows, n_rows, d_model), values, n_rows,
                d_model);
}

Test(mean_abs_cosine, worked_example)
{
    const float rows[] = {1, 0, 0, 2, -1, -1}, two[] = {3, 4, -8, 6},
                opposite[] = {1, 2, -2, -4};
    judge_case("rows (1, 0), (0, 2), (-1, -1)");
    try_mean(rows, 3, 2);
    judge_case("rows (3, 4), (-8, 6)");
    try_mean(two, 2, 2);
    judge_case("rows (1, 2), (-2, -4)");
    try_mean(opposite, 2, 2);
    judge_passed();
}

Test(mean_abs_cosine, random_tables)
{
    static const size_t sizes[][2] = {{3, 5}, {7, 2}, {4, 64}, {20, 3},
                                      {2, 9}, {5, 1}, {9, 768}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k][0], d = sizes[k][1];
        float *rows = judge_floats(n * d);
        fill_normal(rows, n * d);
        for (size_t i = 0; i < n * d; i++)
            rows[i] *= (float)(1 + i / d); // rows of different lengths
        judge_case("%zu random rows, d_model %zu", n, d);
        try_mean(rows, n, d);
    }
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
    const size_t n = 40, pairs = n * (n - 1) / 2;
    const struct recipe recipe = {AS_TORCH, 0, 1};
    for (size_t k = 0; k < 5; k++) {
        const size_t values = n * exact[k].d;
        uint32_t *words = judge_ids(values + 16);
        double *normal = judge_doubles(values + 16);
        float *rows = judge_floats(values);
        make_words(words, 123, values + 16, RIGHT);
        bend_all(normal, words, values, &recipe);
        for (size_t i = 0; i < values; i++)
            rows[i] = (float)normal[i];
        const double m = exact[k].mean, variance = 1.0 / (double)exact[k].d - m * m;
        judge_case("40 rows of N(0, 1), d_model %zu", exact[k].d);
        const float *in = floats_in("rows", rows, values);
        const double got = (double)CALL(mean_abs_cosine, in, n, exact[k].d);
        expect_mean(got, rows, n, exact[k].d);
        expect_number("the mean", got, m, 3 * sqrt(variance / (double)pairs), NULL);
    }
    judge_passed();
}

Test(mean_abs_cosine, zero_rows)
{
    const float one[] = {3, -4, 0, 0, 1, 2, 2, 1, -1, 3},
                two[] = {0, 0, 0, 1, 2, 2, 0, 0, 0, 2, 0, -1};
    const float all[] = {0, 0, 0, 0, 0, 0}, negative[] = {1, 1, -0.0f, -0.0f, 2, -1};
    judge_remark("A row of zeros has no direction: its cosine with any row is 0.");
    judge_case("rows (3, -4), (0, 0), (1, 2), (2, 1), (-1, 3)");
    try_mean(one, 5, 2);
    judge_case("rows (0, 0, 0), (1, 2, 2), (0, 0, 0), (2, 0, -1)");
    try_mean(two, 4, 3);
    judge_case("rows (1, 1), (-0, -0), (2, -1)");
    try_mean(negative, 3, 2);
    judge_case("three rows of zeros, d_model 2");
    const float *rows = floats_in("rows", all, 6);
    expect_number("the mean", (double)CALL(mean_abs_cosine, rows, 3, 2), 0, 0,
                  (const struct mistake[]){
                      {"This is 0 / 0: give 0.", (const double[]){NAN}}, {NULL, NULL}});
    judge_passed();
}

Test(mean_abs_cosine, fewer_than_two_rows)
{
    const float row[] = {1, 2, 3, 0, 2, -1};
    const struct mistake mistakes[] = {
        {"This is 0 / 0: with no pair, give 0.", (const double[]){NAN}}, {NULL, NULL}};
    judge_case("rows (1, 2, 3), (0, 2, -1)");
    try_mean(row, 2, 3);
    const float *rows = floats_in("rows", row, 3);
    judge_case("one row, d_model 3");
    expect_number("the mean", (double)CALL(mean_abs_cosine, rows, 1, 3), 0, 0, mistakes);
    judge_case("no row, d_model 3");
    expect_number("the mean", (double)CALL(mean_abs_cosine, rows, 0, 3), 0, 0, mistakes);
    judge_passed();
}

Test(mean_abs_cosine, any_length)
{
    const double scales[] = {1e-25, 1e-15, 1e18, 1e30};
    float rows[5 * 6];
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < 30; i++)
            rows[i] = (float)(random_normal() * scales[s]);
        judge_case("5 random rows of length about %g, d_model 6", 2.4 * scales[s]);
        judge_remark(
            "The squares of such numbers leave the range of a float: sum in double. "
            "The cosine does not depend on the length.");
        try_mean(rows, 5, 6);
    }
    judge_passed();
}

Test(mean_abs_cosine, stays_in_bounds)
{
    float rows[7 * 5];
    fill_normal(rows, 35);
    judge_case("7 random rows, d_model 5");
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_mean(rows, 7, 5);
    }
    judge_passed();
}
