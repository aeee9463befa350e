/*
# Predict or count: are there two ways to the same table? {#word2vec}

Which four words are most like *darcy*? Here are two tables of word rows. Both were made
from Jane Austen's six novels and from nothing else, and each was asked for the nearest
rows to those of the same three words:

::: {.output section="Three words in two tables"}
:::

(In the terminal this block comes when both tables are made, and for that the program needs
your exercises; `make solution8` shows it now.)

Nobody told either of them that Bingley is Darcy's friend, or that a week has days. One
was *trained*. It went through the novels eight times, was shown two words at a time,
and had to say whether they had stood near each other in the text or had been thrown
together by dice. The other was *counted*: one pass through the novels that noted how
often each two words stand near each other, and after it no more looking at the text,
and no guess at anything.

::: predict
Which of the two was trained, and which one was counted?

:::: answer
The first was trained. If you could not tell: on a list of a hundred pairs of words that
belong together, the two do about equally well.
::::
:::

## A trained table and a counted one

The trained one is called word2vec. In 2013 a program of some 700 lines of C
[@word2veccode] made training so cheap that a single machine could read more than 100
billion words in a day [@mikolov2013b, sec. 1], and its tables made embeddings famous.
The counted one is older and has no model in it at all. In this chapter you build both.
[Two ways that have nothing in common end in tables that are equally good: is that an
accident?]{.teaser} It is not, and the end of the chapter shows why: the first is the
second in disguise.

The exercises need the softmax and the nudges of chapter 3, and no more. The file is
`chapters/08_word2vec.c`; `make chapter8` builds and runs it, in some seconds.
*/

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// A weak function steps back when the linker finds another one of the same name: the
// solved program is this very file, linked with a second file of finished functions.
#define EXERCISE __attribute__((weak))

// carried over from chapter 1
static void heading(const char *title)
{
    printf("\n== %s\n", title);
}

static void waits_for(const char *exercise, const char *function)
{
    printf("waits for exercise %s, %s (make hint E=%s)\n", exercise, function, exercise);
}
// end of what was carried over

// the small tools, written out behind the scenes
static _Noreturn void give_up(int status, const char *format, ...);
static void *allocate(size_t n, size_t size);
static const char *with_commas(char *out, uint64_t n);
static FILE *open_figure(const char *name);
static double seconds(void);

struct text {
    char *bytes;
    size_t size;
};

struct word {
    const char *start;
    size_t length;
    size_t count;
};

// carried over from chapter 7
enum { LINE = 42 }; // letters that a telephone shows side by side

// the next part of a line, `column` letters long so far, or of one more, set in by two
static void put_part(size_t *column, const char *part)
{
    size_t length = 0;
    for (const char *c = part; *c; c++)
        length += ((unsigned char)*c & 0xC0) != 0x80;
    const bool fits = *column + 1 + length <= LINE;
    if (*column > 0)
        printf(fits ? " " : "\n  ");
    *column = *column == 0 ? length : fits ? *column + 1 + length : 2 + length;
    printf("%s", part);
}
// end of what was carried over

// the same of a word, and what stands behind it; 13 letters of it
static void put_word(size_t *column, const char *start, size_t length, const char *behind)
{
    char part[16];
    snprintf(part, sizeof part, "%.*s%s", (int)(length < 13 ? length : 13), start,
             behind);
    put_part(column, part);
}

enum { N_NOVELS = 6, LEAST_COUNT = 5 };

struct corpus {
    struct text texts[N_NOVELS]; // what the words point into
    struct word *words;          // [vocab_size], most frequent first
    uint64_t *counts;            // [vocab_size]: the same counts in a row
    uint32_t *ids;               // [n_ids]
    size_t n_texts, n_ids, n_words, n_different, vocab_size;
    size_t first_end; // where the first novel ends
};

/*
## Six novels, and the word "the"

Both tables begin with the same text. The six novels hold [724,858]{.n section="Six
novels become ids"} words. Here a word is a run of letters and apostrophes and nothing
else; what ends a sentence is of no interest today. Words that occur fewer than five
times are taken out of the text before anything else happens, and what stood on either
side of them moves together. That is how word2vec does it.
*/

static void show_corpus(const struct corpus *corpus, const char *path)
{
    char a[32], b[32], c[32];
    uint64_t frequent = 0;
    size_t column = 0;
    for (size_t v = 0; v < 10 && v < corpus->vocab_size; v++)
        frequent += corpus->counts[v];
    heading("Six novels become ids");
    printf("%s: %s words\n", path, with_commas(a, corpus->n_words));
    printf("%s different, of which %s are kept\n", with_commas(b, corpus->n_different),
           with_commas(a, corpus->vocab_size));
    printf("a text of %s words; %.1f %% of it:\n", with_commas(c, corpus->n_ids),
           100.0 * (double)frequent / (double)corpus->n_ids);
    for (size_t v = 0; v < 10 && v < corpus->vocab_size; v++)
        put_word(&column, corpus->words[v].start, corpus->words[v].length, "");
    printf("\n");
}

/*
::: {.output section="Six novels become ids"}
:::

More than a fifth of the text is ten words. That "the" stood beside "handsome" says next
to nothing about "handsome", and "the" would be read [26,357]{.n section="Which words
stay"} times. So word2vec throws dice at each place of the text: of a hundred "the" it
keeps 19, of a hundred "it" 33, and of the rarer words every one.

The rule behind these numbers looks at how large a share $f$ of the text a word is.
"the" has $f = 0.0371$, and that is 37.1 times the limit that we set, 0.001. The root of
37.1 is 6.09; one more is 7.09; divided by 37.1 it is 0.19. With $s$ for the limit,
`sample`, each occurrence of the word is kept with the probability

$$p = \min\left(1,\; \left(\sqrt{f / s} + 1\right) \frac{s}{f}\right)$$

and dropped otherwise.

## Exercise 8.1: throw some away {#subsample-probability .exercise}

Your first function is that formula. In a text of 100 words one word occurs 4 times, so
$f = 0.04$. With $s = 0.01$: $\sqrt{f/s} = 2$, and $(2 + 1) \cdot 0.01 / 0.04 = 0.75$.
Three of four are kept. (You may have met $\sqrt{s/f}$ for this, which is 0.5 here. It
is not what the program computes; more of that in a moment.)

`sample` 0 means that nothing is thrown away, as in the program. But a word that does
not occur, or occurs more often than the text has words, has no share of it: there the
answer is `NAN`, whatever `sample` is.
*/

// p = min(1, (sqrt(f / sample) + 1) * sample / f) with f = count / total
//   count   occurrences of the word   total   words of the text   p   from 0 to 1
// NAN if count is 0 or larger than total, or if sample is negative or NaN;
// of what is left, 1 if sample is 0
EXERCISE double subsample_probability(uint64_t count, uint64_t total, double sample)
{
    // your code here
    (void)count, (void)total, (void)sample;
    return NAN;
}

static void show_subsampling(const struct corpus *corpus, double sample)
{
    const size_t shown[] = {0, 9, 999};
    double left = 0.0;
    char cell[32];
    heading("Which words stay");
    if (isnan(subsample_probability(1, 1, 1.0))) {
        waits_for("8.1", "subsample_probability");
        return;
    }
    printf("%-11s%9s%9s%6s%7s\n", "word", "times", "share", "kept", "paper");
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        if (shown[k] >= corpus->vocab_size)
            continue;
        const struct word *word = &corpus->words[shown[k]];
        double f = (double)word->count / (double)corpus->n_ids;
        printf("%-11.*s%9s%7.3f %%%6.3f%7.3f\n",
               (int)(word->length < 11 ? word->length : 11), word->start,
               with_commas(cell, word->count), 100.0 * f,
               subsample_probability(word->count, corpus->n_ids, sample),
               fmin(1.0, sqrt(sample / f)));
    }
    for (size_t v = 0; v < corpus->vocab_size; v++)
        left += (double)corpus->counts[v] *
                subsample_probability(corpus->counts[v], corpus->n_ids, sample);
    printf("of the whole text %.0f %% stay\n", 100.0 * left / (double)corpus->n_ids);
}

/*
::: {.output section="Which words stay" set="sample"}
:::

The dice are thrown *before* the windows are cut. When "the" is dropped, the words
around it move together, and a window of five words reaches further than it would have.
That is a second effect of the same dice, and easy to overlook.

::: belief
**"A word is discarded with the probability $1 - \sqrt{s/f}$."** This is the formula of
the paper [@mikolov2013b, sec. 2.3, eq. 5], and many explanations copy it. The program
that came with the paper, and made the tables that people used, computes yours
[@word2veccode]. The last two columns of the table are the two formulas. Yours keeps
$\sqrt{s/f} + s/f$, always a little more, and every word up to $f = 2.6\,s$ wholly,
where the paper stops at $f = s$.
:::

## Pairs that were, pairs that were not

Here is a place in a text, and what word2vec makes of it:

![One place in the text. The word in the middle and each word of its window make a pair
that stood there; the five words below are drawn blindly, and make pairs that did
not.](drawing:skip-gram){alt="A line of text: very rich handsome clever and happy.
The word handsome is framed. Arcs join it with the two words on each side, rich, very,
clever and and; beyond them the window ends. Below, five boxes with words drawn by
chance, the, tuesday, of, aunt, road, joined to handsome by dashed arcs that are crossed
out."}

The question is whether a pair stood in the text, yes or no. To answer it there are two
tables again, as in chapter 3: `in` and `out`, with a row of $d$ numbers for each word
in each. Say that *handsome* has the row (1, 0.5) in `in`, and that in `out` *clever*
has (1, 2) and *tuesday* (−2, 2). The score of a pair is the dot product of the two: 2
for *handsome* and *clever*, −1 for *handsome* and *tuesday*. A function turns the score
into the probability of yes: 2 becomes 0.88, −1 becomes 0.27, and 0, no idea, becomes
one half. It is the **sigmoid**,

$$\sigma(z) = \frac{1}{1 + e^{-z}} \quad \text{with the score} \quad z = v \cdot u,$$

where $v$ is a row of `in` and $u$ a row of `out`. You know it: it is the softmax of the
two scores $z$ and 0, $e^z / (e^z + e^0)$, divided above and below by $e^z$.

The loss is what it was in chapter 3, minus the logarithm of the probability of what is
true. If the pair was there, that is $-\ln \sigma(z)$: for *clever* $-\ln 0.88 = 0.13$.
If not, it is $-\ln(1 - \sigma(z))$: for *tuesday* $-\ln 0.73 = 0.31$. The same number is
$-\ln \sigma(-z)$, for when a score changes its sign, yes and no change places.

## Words drawn blindly

The pairs to which the answer is yes are in the text. Where do the others come from?
They are made up: for each pair of the text, $k$ words are drawn blindly, here 5, and
each is paired with the same row $v$. They are called **negative samples**, or noise,
and the whole is *skip-gram with negative sampling* [@mikolov2013b, sec. 2.2, eq. 4].

Blindly, but not evenly. How often is each word drawn? One could take a word as often as
it occurs in the text. word2vec takes its count to the power 0.75: the frequent ones a
bit less often, the rare ones a bit more. The authors tried the plain counts, an even
draw and this, and this did best on every task that they had [@mikolov2013b, sec. 2.2].
Keep the number in mind. It looks like a detail of the plumbing, and at the end of the
chapter it decides what the table *is*.

## Exercise 8.2: the urn {#unigram-sampler .exercise}

To draw in one step, fill a long array with words, each as often as it is to be drawn;
then a random place in it is a random word. With the counts 16, 1 and 0 and the power
0.75 the shares are $16^{0.75} = 8$ to 1 to 0. In 9 slots that is `0 0 0 0 0 0 0 0 1`.
The third word does not occur, and so gets nothing, at any power (watch the power 0:
$0^0$ is 1 in C).

When shares do not come out even, let the middle of each slot decide. Lay the shares end
to end on a line from 0 to 1, cut the line into `n_slots` equal parts, and give each
slot to the word whose share covers the middle of its part.
*/

// slots[s] = the first v with c[0] + ... + c[v] > (s + 0.5) / n_slots * (sum of all c),
// where c[v] = counts[v]^power in double, and 0 where counts[v] is 0
//   slots [n_slots]   counts [vocab_size]   power from 0 to 1
// false, and slots untouched, if all counts are 0, or power is not from 0 to 1; n_slots 0 is
// no error
EXERCISE bool unigram_sampler(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                              size_t vocab_size, double power)
{
    // your code here
    (void)slots, (void)n_slots, (void)counts, (void)vocab_size, (void)power;
    return false;
}

enum { N_SLOTS = 1 << 18 };

static void show_sampler(const struct corpus *corpus, double power)
{
    const double powers[] = {1.0, power};
    const size_t part[] = {10, 100, 1000, corpus->vocab_size};
    uint32_t *slots = allocate(N_SLOTS, sizeof *slots);
    heading("Who is in the urn");
    for (size_t p = 0; p < 2; p++) {
        if (!unigram_sampler(slots, N_SLOTS, corpus->counts, corpus->vocab_size,
                             powers[p])) {
            waits_for("8.2", "unigram_sampler");
            break;
        }
        if (p == 0)
            printf("%-18s%6s%6s%6s%6s\n", "% of slots, top", "10", "100", "1,000", "all");
        printf("power %-12.2f", powers[p]);
        for (size_t k = 0, s = 0; k < 4; k++) {
            while (s < N_SLOTS && slots[s] < part[k])
                s++;
            printf("%6.1f", 100.0 * (double)s / N_SLOTS);
        }
        printf("\n");
    }
    free(slots);
}

/*
::: {.output section="Who is in the urn" set="power"}
:::

The power takes more than half of their share from the ten words at the top, and hands
it down. Still one word in ten that is drawn is one of these ten.

## Exercise 8.3: one step {#skipgram-step .exercise}

Now the step itself. It gets one row $v$ of `in`, and some rows of `out`: $u_0$ of the
word that stood there, $u_1, u_2, \dots$ of those that were drawn. (Here $k$ numbers the
rows; elsewhere it says how many words are drawn.) The loss is

$$L = -\ln \sigma(v \cdot u_0) - \sum_{k \ge 1} \ln \sigma(-v \cdot u_k)$$

and its slope along the score of row $k$ is a number that you know from chapter 3, what
was said minus what was true: $g_0 = \sigma(z_0) - 1$ for the pair that was there, $g_k
= \sigma(z_k)$ for the others. What each row has to do follows: $\mathrm{d}v = \sum_k
g_k u_k$, and $\mathrm{d}u_k = g_k v$.

By hand, with rows of a single number: $v = 2$, $u_0 = 0.5$ and $u_1 = -0.5$. The scores
are 1 and $-1$; $\sigma(1) = 0.7311$ and $\sigma(-1) = 0.2689$. So $g_0 = -0.2689$, $g_1
= 0.2689$, the loss is $-\ln 0.7311 - \ln 0.7311$ $= 0.6265$, $\mathrm{d}v = -0.2689 \cdot
0.5$ $+ 0.2689 \cdot (-0.5)$ $= -0.2689$, $\mathrm{d}u_0 = -0.5379$ and $\mathrm{d}u_1 =
0.5379$.

A score can be large. At $z = -800$ the probability of yes is 0 in any floating-point
number, and its logarithm $-\infty$; but the loss is 800, and should come out so.
With $-\ln \sigma(z) = \ln(1 + e^{-z})$, which of $e^{-z}$ and $e^{z}$ can you trust
when $z$ is very negative?
*/

// z[k] = center . outputs[k]; g[0] = sigmoid(z[0]) - 1, g[k] = sigmoid(z[k]) for k > 0
// dcenter[i] = sum over k of g[k] * outputs[k][i]   doutputs[k][i] = g[k] * center[i]
// returns -ln sigmoid(z[0]) - sum over k > 0 of ln sigmoid(-z[k]), good for scores up to
// 10,000 in size
// g may be off by 0.0000002, so that a smaller one may be 0; a logarithm by a millionth of
// itself, or of 1 where it is below 1
//   dcenter, center [d_model]   doutputs, outputs [n_outputs][d_model]
// NAN, and nothing written, if n_outputs is 0: then no word came
EXERCISE double skipgram_step(float *dcenter, float *doutputs, const float *center,
                              const float *outputs, size_t n_outputs, size_t d_model)
{
    // your code here
    (void)dcenter, (void)doutputs, (void)center, (void)outputs, (void)n_outputs,
        (void)d_model;
    return NAN;
}

static uint64_t random_next(uint64_t *state);
static double random_unit(uint64_t *state);
static void fill_random(float *out, size_t n, double size, uint64_t *state);

enum { SMALL_OUT = 2, SMALL_D = 2 };

// the loss of the small step by its definition; up to scores that any sigmoid can bear
static double small_loss(const float *center, const float *outputs)
{
    double loss = 0.0;
    for (size_t k = 0; k < SMALL_OUT; k++) {
        double z = 0.0;
        for (size_t i = 0; i < SMALL_D; i++)
            z += (double)center[i] * (double)outputs[k * SMALL_D + i];
        loss += log(1.0 + exp(k == 0 ? -z : z));
    }
    return loss;
}

// how steeply the loss rises with *number, which is one of center's or of outputs'
static double slope(float *number, const float *center, const float *outputs)
{
    const float kept = *number, step = 1.0f / 256.0f;
    *number = kept + step;
    double up = small_loss(center, outputs);
    *number = kept - step;
    double down = small_loss(center, outputs);
    *number = kept;
    return (up - down) / (double)(2.0f * step);
}

static void show_step(void)
{
    float center[SMALL_D] = {0.5f, -0.25f}, dcenter[SMALL_D];
    float outputs[SMALL_OUT * SMALL_D] = {0.25f, 0.75f, 0.625f, 0.5f};
    float doutputs[SMALL_OUT * SMALL_D];
    heading("One step, and nudges");
    double loss = skipgram_step(dcenter, doutputs, center, outputs, SMALL_OUT, SMALL_D);
    if (isnan(loss)) {
        waits_for("8.3", "skipgram_step");
        return;
    }
    printf("loss %.6f, by its definition %.6f\n", loss, small_loss(center, outputs));
    printf("%-6s%18s%18s\n", "row", "by exercise 8.3", "by nudging");
    printf("in    %9.5f%9.5f%9.5f%9.5f\n", (double)dcenter[0], (double)dcenter[1],
           slope(&center[0], center, outputs), slope(&center[1], center, outputs));
    for (size_t k = 0; k < SMALL_OUT; k++)
        printf("%-6s%9.5f%9.5f%9.5f%9.5f\n", k == 0 ? "came" : "drawn",
               (double)doutputs[2 * k], (double)doutputs[2 * k + 1],
               slope(&outputs[2 * k], center, outputs),
               slope(&outputs[2 * k + 1], center, outputs));
}

/*
::: {.output section="One step, and nudges"}
:::

That is the whole of it: a handful of dot products, a handful of rows that move, and the
size of the vocabulary appears nowhere.

## Your step reads a novel

In chapter 3 a step at a vocabulary of 4,000 moved 4,000 rows of the output table. Here
it moves six, so it can take far more steps. Let us put the three functions together. At
each place that the dice have left, draw how far the window reaches, from one to five
words on each side; so near words are met more often than far ones. Each word of the
window in turn is a $v$, the word in the middle is what came, and five words from the
urn are what did not. (In the picture the word in the middle has the row $v$. That is as
good: a word stands in the window of another as often as the other stands in its own, so
over a whole text the same pairs come up.) Then one step down the slope. Forty thousand
words of the first novel will do for a beginning.
*/

// the recipe of a training
struct recipe {
    size_t window;  // words on each side, at most
    size_t n_noise; // words drawn for each place
    size_t d_model;
    double passes, rate, power, sample;
    bool shared;  // one noise for a window; else each word of it has its own
    bool swapped; // out begins with random numbers, and in with zeros
    uint64_t seed;
};

// ROW numbers are stored for each word, so that all rows begin at a cache line; those
// behind d_model are 0, and stay so
enum { ROW = 112, MOST_NOISE = 5, MOST_WINDOW = 10 };

struct tables {
    size_t vocab_size;
    float *in, *out; // [vocab_size][ROW]
};

static struct tables open_tables(size_t vocab_size, const struct recipe *recipe)
{
    struct tables t = {.vocab_size = vocab_size};
    const size_t d = recipe->d_model;
    uint64_t state = recipe->seed;
    t.in = allocate(vocab_size * ROW, sizeof *t.in);
    t.out = allocate(vocab_size * ROW, sizeof *t.out); // zeros, as in word2vec
    float *random = recipe->swapped ? t.out : t.in;
    for (size_t v = 0; v < vocab_size; v++)
        fill_random(random + v * ROW, d, 0.5 / (double)d, &state);
    return t;
}

static void close_tables(struct tables *t)
{
    free(t->in);
    free(t->out);
}

// which occurrences stay: one that draws less than this stays, of numbers below 2^32
static uint64_t *keep_limits(const uint64_t *counts, size_t vocab_size, double sample)
{
    uint64_t *limits = allocate(vocab_size, sizeof *limits), total = 0;
    for (size_t v = 0; v < vocab_size; v++)
        total += counts[v];
    for (size_t v = 0; v < vocab_size; v++)
        if (counts[v] > 0)
            limits[v] = (uint64_t)(4294967296.0 *
                                   subsample_probability(counts[v], total, sample));
    return limits;
}

// one pass of the dice over the text: what is left of it; gives the number of its words
static size_t throw_dice(uint32_t *left, const uint32_t *ids, size_t n_ids,
                         const uint64_t *limits, uint64_t *state)
{
    size_t n = 0;
    for (size_t p = 0; p < n_ids; p++)
        if (random_next(state) >> 32 < limits[ids[p]])
            left[n++] = ids[p];
    return n;
}

// the window around place p of a text of n words, without p; gives the number of its words
static size_t cut_window(uint32_t *window, const uint32_t *left, size_t n, size_t p,
                         const struct recipe *recipe, uint64_t *state)
{
    size_t reach = 1 + (size_t)(random_next(state) >> 32) % recipe->window;
    size_t first = p > reach ? p - reach : 0, n_words = 0;
    for (size_t q = first; q < n && q <= p + reach; q++)
        if (q != p)
            window[n_words++] = left[q];
    return n_words;
}

// the word in the middle, and words from the urn that are not the same; drawn[0] is it
static void draw_noise(uint32_t *drawn, uint32_t middle, const uint32_t *slots,
                       size_t n_noise, uint64_t *state)
{
    drawn[0] = middle;
    for (size_t k = 1; k <= n_noise; k++) {
        drawn[k] = slots[random_next(state) % N_SLOTS];
        for (int go = 0; drawn[k] == middle && go < 100; go++)
            drawn[k] = slots[random_next(state) % N_SLOTS];
    }
}

// one pair and its noise, through your function; gives the loss
static double own_step(struct tables *t, uint32_t word, const uint32_t *drawn,
                       size_t n_noise, size_t d_model, float rate)
{
    float outputs[(MOST_NOISE + 1) * ROW], doutputs[(MOST_NOISE + 1) * ROW], dcenter[ROW];
    float *center = t->in + word * (size_t)ROW;
    for (size_t k = 0; k <= n_noise; k++)
        memcpy(outputs + k * d_model, t->out + drawn[k] * (size_t)ROW,
               d_model * sizeof *outputs);
    double loss = skipgram_step(dcenter, doutputs, center, outputs, n_noise + 1, d_model);
    for (size_t k = 0; k <= n_noise; k++)
        for (size_t i = 0; i < d_model; i++)
            t->out[drawn[k] * (size_t)ROW + i] -= rate * doutputs[k * d_model + i];
    for (size_t i = 0; i < d_model; i++)
        center[i] -= rate * dcenter[i];
    return loss;
}

enum { OWN_WORDS = 40000 };

static void show_own_training(const struct corpus *corpus, const struct recipe *recipe)
{
    const size_t n_ids = corpus->n_ids < OWN_WORDS ? corpus->n_ids : OWN_WORDS;
    uint32_t *slots = allocate(N_SLOTS, sizeof *slots),
             *left = allocate(n_ids, sizeof *left);
    uint64_t state = recipe->seed, *limits;
    double sums[4] = {0};
    size_t n_pairs[4] = {0};
    heading("Your own step at work");
    limits = keep_limits(corpus->counts, corpus->vocab_size, recipe->sample);
    unigram_sampler(slots, N_SLOTS, corpus->counts, corpus->vocab_size, recipe->power);
    struct tables t = open_tables(corpus->vocab_size, recipe);
    size_t n = throw_dice(left, corpus->ids, n_ids, limits, &state);
    for (size_t p = 0; p < n; p++) {
        uint32_t window[2 * MOST_WINDOW], drawn[MOST_NOISE + 1];
        size_t n_window = cut_window(window, left, n, p, recipe, &state);
        for (size_t w = 0; w < n_window; w++) {
            draw_noise(drawn, left[p], slots, recipe->n_noise, &state);
            sums[4 * p / n] += own_step(&t, window[w], drawn, recipe->n_noise,
                                        recipe->d_model, (float)recipe->rate);
            n_pairs[4 * p / n]++;
        }
    }
    printf("a pair with its noise: loss at birth %.2f\nby quarters",
           (double)(recipe->n_noise + 1) * log(2.0));
    for (size_t q = 0; q < 4; q++)
        printf(" %.2f", sums[q] / (double)(n_pairs[q] ? n_pairs[q] : 1));
    printf("\n");
    close_tables(&t);
    free(slots);
    free(left);
    free(limits);
}

/*
::: {.output section="Your own step at work"}
:::

At birth `out` is all zeros, so all scores are 0, and each of the six answers costs $\ln
2$. From there it falls, and most of the fall is over after a quarter of the way.

## The same step, many times as fast

Where does the time go? A step fetches six rows of `out` for *one* word of the window,
and the next word of the same window fetches one of them again and five others. So the
first idea is to draw the noise once for each place of the text and let the whole window
share it: six rows of `out`, up to ten of `in`, and sixty scores between them, all from
rows that lie in the nearest cache. The idea is not ours [@ji2016]. It changes what is
drawn, though not how often each word is drawn on average; whether it changes what
is learned we shall measure.

The second idea is the one of chapter 1: six sums at once along one row, sixteen numbers
side by side, so that the compiler can use its widest registers. And all the scores of a
window become slopes together, in one loop without a call. That loop needs an
exponential, and takes the one of chapter 3.

Before it is let loose, the fast step is held against yours: the same 3,000 steps for
both, and then the largest difference between any two numbers of the tables. The code of
the fast step stands [behind the scenes](#word2vec-behind), and `build/08_word2vec bench`
prints how many times as long yours takes.

## A list of pairs

How good is a table of words? Chapter 3 had the loss on held-out text. It is of no use
here: the loss of this chapter depends on what was drawn, and a table made by counting
has none. We need a measure that looks at the table alone.

Here is a plain one. A list of a hundred pairs of words that anybody would call
relatives, written down before a table was trained: mother and father, monday and
tuesday, hot and cold, darcy and bingley ([the whole list](#word2vec-behind)). For each
of the words, all others are sorted by their cosine, and we look for its partner: at
rank 1 it is the nearest of all. A table of noise puts it anywhere, in the middle of the
vocabulary on average. To fall from rank 1 to rank 10 is a great loss, to fall from
2,001 to 2,010 is none; so besides the mean of the ranks we print one that counts in
factors. The mean of the ranks 1 and 100 is 50.5. The mean of their logarithms is $(0 +
4.6) / 2$, and $e^{2.3} = 10$, which is ten times the one and a tenth of the other. This
$e^{\text{mean of } \ln \text{rank}}$ we call the *typical rank*.

The list has opposites in it, and towns, and lovers. It measures what its authors
thought of. But one list for all tables is fair, if each of them is tuned on that list;
and each was.
*/

struct quality {
    double mean, typical;
    size_t n_ranks;
};

static double compare_steps(const struct corpus *corpus, const struct recipe *recipe);
static void train(struct tables *t, const uint32_t *ids, size_t n_ids,
                  const uint64_t *counts, const struct recipe *recipe, bool live);
static float *unit_rows(const float *table, size_t n_rows);
static struct quality measure(const struct corpus *corpus, const float *table);
static void print_nearest(size_t *column, const struct corpus *corpus, const float *unit,
                          uint32_t v, size_t n);
static uint32_t find_word(const struct corpus *corpus, const char *name, size_t length);

static void print_quality(const char *name, struct quality quality)
{
    if (quality.n_ranks == 0)
        printf("%-24s no pair is there\n", name);
    else
        printf("%-24s%8.0f%10.1f\n", name, quality.mean, quality.typical);
}

// the same for one table alone
static void print_ranks(struct quality quality)
{
    if (quality.n_ranks == 0)
        printf("no pair of the list is in this text\n");
    else
        printf("partners: mean rank %.0f, typical %.1f\n", quality.mean, quality.typical);
}

static void print_neighbours(const struct corpus *corpus, const float *table,
                             const char *words, size_t n)
{
    float *unit = unit_rows(table, corpus->vocab_size);
    while (*words) {
        size_t length = strcspn(words, " "), column = 0;
        uint32_t v = find_word(corpus, words, length);
        if (length > 0 && v < corpus->vocab_size) {
            put_word(&column, words, length, ":");
            print_nearest(&column, corpus, unit, v, n);
            printf("\n");
        } else if (length > 0)
            printf("%.*s: not in the vocabulary\n", (int)length, words);
        words += length + (words[length] == ' ');
    }
    free(unit);
}

static float *sum_of_tables(const struct tables *t)
{
    float *sum = allocate(t->vocab_size * ROW, sizeof *sum);
    for (size_t k = 0; k < t->vocab_size * ROW; k++)
        sum[k] = t->in[k] + t->out[k];
    return sum;
}

static void show_training(struct tables *t, const struct corpus *corpus,
                          const struct recipe *recipe, const char *words)
{
    struct tables newborn = open_tables(corpus->vocab_size, recipe);
    char cell[32];
    heading("Training on six novels");
    printf("3,000 steps %s yours, to 0.00001\n",
           compare_steps(corpus, recipe) < 1e-5 ? "as" : "NOT as");
    fflush(stdout);
    double start = seconds();
    train(t, corpus->ids, corpus->n_ids, corpus->counts, recipe, true);
    double speed = recipe->passes * (double)corpus->n_ids / (seconds() - start);
    printf("%g passes, ~%s words/s\n", recipe->passes,
           with_commas(cell, (uint64_t)speed));
    printf("%-24s%8s%10s\n", "ranks of partners", "mean", "typical");
    print_quality("a table of noise", measure(corpus, newborn.in));
    print_quality("word2vec, its table in", measure(corpus, t->in));
    print_quality("word2vec, its table out", measure(corpus, t->out));
    float *sum = sum_of_tables(t);
    print_quality("both added up", measure(corpus, sum));
    free(sum);
    close_tables(&newborn);
    print_neighbours(corpus, t->in, words, 5);
}

/*
### Two tables, one file

::: predict
The table `out` was in every step too. Its rows meet the same words. And yet the program
that came with the paper writes `in` to the file and forgets `out`. Which of the two
will find the partners better?

:::: answer
`in`, by far; and with the other noise it would not be so far.
::::
:::

::: {.output section="Training on six novels" set="passes window words"}
:::

There are the neighbours that the one table of the beginning named, and a fifth, and above
them the ranks of the partners. Compare `in` and `out`. `out` is far behind, and adding it to
`in` does not help. So it is thrown away for a good reason? The reason that one thinks of first
is wrong: `in` begins with small random numbers and `out` with zeros, but when both begin
the other way round (`swapped=1`), `in` stays ahead all the same. What brings the two
together is what is drawn. Eight seeds each gave these typical ranks (`controls=2`
prints them); go down the right column:

| | `in` | `out` |
|:-------------------------------------------|:-----------|:------------|
| as it is | 7.4 to 9.6 | 20.1 to 26.3 |
| begun the other way round (`swapped=1`) | 7.2 to 9.6 | 20.7 to 25.8 |
| noise by plain counts (`power=1`) | 7.9 to 10.8 | 12.1 to 14.6 |
| noise of its own for each word (`shared=0`) | 8.7 to 9.8 | 13.9 to 16.1 |
| both (`power=1 shared=0`) | 8.8 to 10.8 | 10.6 to 12.6 |

With the power 1 the noise treats both tables alike, and with noise of its own for each
word of the window, as in your step, a row of `out` is moved for one pair at a time, as
a row of `in` is. So the second table is not a worse *kind* of table. It pays for how
the noise is drawn, and what is left of the difference we have not explained.

::: aside
To add the two is one of the dials that others have tried as well [@levy2015]. On our
list it does not help. A trick that helps "in general" is one to try on the list that
you care for.
:::

### Shared noise, and the famous 0.75

The same runs answer two more questions. To share the noise costs nothing: on average
over the seeds the rank is 8.4 with it and 9.3 without. And the famous 0.75 hardly
leads on our list: the plain counts have 9.2, and if in addition nothing is thrown away
(`power=1 sample=0`) they have 7.8, with four tenths more work.

## What the window decides

"darcy" lies by "bingley" and by the names of his novel: words of one *subject*. Chapter 3's
input table was different: it put together words with the same followers, which can stand in
the same place of a sentence. Is that because of the noise, or because of the window? The
window can be tried alone. Let it be one word on each side, with everything else as it was.
*/

static void show_narrow_window(const struct corpus *corpus, const struct recipe *recipe,
                               const char *words)
{
    struct recipe narrow = *recipe;
    narrow.window = 1;
    heading("The same words, a window of one");
    struct tables t = open_tables(corpus->vocab_size, recipe);
    train(&t, corpus->ids, corpus->n_ids, corpus->counts, &narrow, true);
    print_ranks(measure(corpus, t.in));
    print_neighbours(corpus, t.in, words, 5);
    close_tables(&t);
}

/*
::: {.output section="The same words, a window of one"}
:::

It was the window. "darcy" now lies by other gentlemen, some of them from other novels:
Palmer, Donavan, Crawford, words that stand where his name stands. "walked" lies by
other verbs of motion in the same tense. By our list this table is the worse one, but
the list asks for partners. Set `window=10`, and "walked" lies by "walking", "arm" and
"joined". Neither is "the" meaning of a word. A table knows what it was asked.

## A table by counting

Now without any model. Go through the text once and count, for each word and each word
that stands in its windows, how often that happens. The counts fill a square table with
a row for each word: a table of embeddings, if you like, 5,900 numbers wide, that cost
one pass and no training. But its rows are no good as they are. Nearly all of them have
their largest numbers at "the" and "and" and "to".

What we want to know is whether a pair occurs *more often than chance*. If the words
stood anywhere, each place near "sunday" would hold "the" as often as any place of the
text does. For each of our three words, this is the word that it meets most often, and
the one that it meets most often *beside what chance would give*, of those that it met
five times:
*/

enum { LEAST_MET = 5 };

// met[c]: how often word c stands at most `reach` words from word w; gives their sum
static size_t count_company(size_t *met, const struct corpus *corpus, uint32_t w,
                            size_t reach)
{
    size_t all = 0;
    for (size_t p = 0; p < corpus->n_ids; p++) {
        size_t first = p > reach ? p - reach : 0;
        if (corpus->ids[p] != w)
            continue;
        for (size_t q = first; q < corpus->n_ids && q <= p + reach; q++) {
            met[corpus->ids[q]] += q != p;
            all += q != p;
        }
    }
    return all;
}

static void print_met(const struct corpus *corpus, size_t c, size_t met, double share)
{
    const struct word *word = &corpus->words[c];
    printf("%-12.*s%6zu%11.2f\n", (int)(word->length < 11 ? word->length : 11),
           word->start, met, share * (double)word->count);
}

// the word that w meets most often, and the one that it meets most above chance
static void print_company(const struct corpus *corpus, uint32_t w, size_t reach)
{
    size_t *met = allocate(corpus->vocab_size, sizeof *met), often = 0, above = w;
    const size_t all = count_company(met, corpus, w, reach);
    double best = 0.0;
    for (size_t c = 0; c < corpus->vocab_size; c++) {
        const double ratio = (double)met[c] / (double)corpus->counts[c];
        often = met[c] > met[often] ? c : often;
        if (c != w && met[c] >= LEAST_MET && ratio > best) {
            best = ratio;
            above = c;
        }
    }
    print_met(corpus, often, met[often], (double)all / (double)corpus->n_ids);
    if (best > 0.0) {
        printf("%-13s", "  most above");
        print_met(corpus, above, met[above], (double)all / (double)corpus->n_ids);
    }
    free(met);
}

static void show_company(const struct corpus *corpus, const struct recipe *recipe,
                         const char *words)
{
    heading("Often, and more often than chance");
    printf("%-13s%-12s%6s%11s\n", "word", "most often", "met", "by chance");
    for (; *words; words += *words == ' ') {
        const size_t length = strcspn(words, " ");
        const uint32_t w = find_word(corpus, words, length);
        if (length > 0 && w < corpus->vocab_size) {
            printf("%-13.*s", (int)(length < 12 ? length : 12), words);
            print_company(corpus, w, recipe->window);
        }
        words += length;
    }
}

/*
::: {.output section="Often, and more often than chance" set="words window"}
:::

(In the terminal this block comes before the training, which it does not need.)
"sunday" meets "and" most often, [19]{.n section="Often, and more often than chance"}
times, but chance alone would make it [11.41]{.n section="Often, and more often than
chance"}: every word meets "and". It meets "evening" [6]{.n section="Often, and more
often than chance"} times, where chance gives [0.20]{.n section="Often, and more often
than chance"}. That is thirty times as often, and it says something about Sundays.
(Darcy's "mr" is the most frequent and far above chance as well; it is part of his
name.) So divide what was counted by what was expected. The logarithm of that, here $\ln
30 = 3.4$, is the **pointwise mutual information**, PMI [@church1990]. Say the counts
are $n_{wc}$, the sum of a row $n_w$, that of a column $n_c$, and all of them $N$. Then
$n_w n_c / N$ meetings are expected, and

$$\mathrm{pmi}_{wc} = \ln \frac{n_{wc} \, N}{n_w \, n_c}.$$

It is 0 for a pair that meets as often as chance would have it, $\ln 10$ for one that
meets ten times as often, negative for words that avoid each other, and $-\infty$ for
two that never met.

## Exercise 8.4: more than chance {#pmi .exercise}

Two words and two neighbours, counts `3 1` and `1 3`. Each row has the sum 4, each
column too, and all together are 8. By chance one expects $4 \cdot 4 / 8 = 2$ in each
place; so the answer is $\ln 1.5 = 0.4055$ on the diagonal and $\ln 0.5 = -0.6931$
beside it.

The counts are `double`, because we shall count a near word as more than a far one.
Before the first logarithm you need the sums of all columns. Make each sum once: to add up a
row or a column anew for each of its numbers takes too long where there are 70,000. You may
ask for room for the sums and give it back at the end (if there is none, return `false`), or
keep them in `out` until the logarithms take their places. So a result may be off by as much
as sums in `float` make it, 0.00001.
*/

// out[w][c] = ln(counts[w][c] * N / (row[w] * column[c])), with row and column the sums of
// a row and of a column, N of all; -INFINITY where counts[w][c] is 0
//   out, counts [n_words][n_contexts]   counts 0, or from 1e-6 to 1e12
// false, and out untouched, if a count is negative, infinite or NaN; sizes of 0: true
EXERCISE bool pmi(float *out, const double *counts, size_t n_words, size_t n_contexts)
{
    // your code here
    (void)out, (void)counts, (void)n_words, (void)n_contexts;
    return false;
}

/*
### The novels, counted

For the novels the square table would have 35 million numbers, nearly all of them 0:
most words never meet. So only the others are kept, row after row, each with the number
of its column. To be fair to the model, the counting does what the model's dice do *on
the average*: a word at distance 3 is in a window that reaches one to five words with
the probability 3/5, so it counts as 3/5, times the probabilities that the two words are
kept at all. And since the model's noise has the power 0.75, a column's share is
computed with that power too.
*/

// only what is not 0: entries first[w] to first[w + 1] are those of row w
struct sparse {
    size_t n_rows, *first;
    uint32_t *column;
    float *value;
    size_t room;
};

static struct sparse count_windows(const uint32_t *ids, size_t n_ids,
                                   const uint64_t *counts, size_t vocab_size,
                                   const struct recipe *recipe);
static void close_sparse(struct sparse *m);

// the shares of n words whose counts are taken to a power
static double *shares_of(const double *counts, size_t n, double power)
{
    double *share = allocate(n, sizeof *share), total = 0.0;
    for (size_t v = 0; v < n; v++) {
        share[v] = counts[v] > 0.0 ? pow(counts[v], power) : 0.0;
        total += share[v];
    }
    for (size_t v = 0; v < n; v++)
        share[v] /= total;
    return share;
}

static double *row_sums(const struct sparse *m)
{
    double *sums = allocate(m->n_rows, sizeof *sums);
    for (size_t w = 0; w < m->n_rows; w++)
        for (size_t k = m->first[w]; k < m->first[w + 1]; k++)
            sums[w] += (double)m->value[k];
    return sums;
}

// counts become ln(n_wc / (n_w share_c)) - ln(shift), where that is above 0; the rest goes
static void count_to_surprise(struct sparse *m, double power, double shift)
{
    double *sums = row_sums(m), *share = shares_of(sums, m->n_rows, power);
    size_t n = 0;
    for (size_t w = 0, from = 0; w < m->n_rows; w++) {
        const size_t to = m->first[w + 1];
        for (size_t k = from; k < to; k++) {
            double expected = sums[w] * share[m->column[k]] * shift;
            double value = log((double)m->value[k] / expected);
            if (value > 0.0) {
                m->column[n] = m->column[k];
                m->value[n++] = (float)value;
            }
        }
        from = to;
        m->first[w + 1] = n;
    }
    free(sums);
    free(share);
}

/*
What is below zero is dropped: *positive* PMI. Of a pair that met once where chance
expected three times one learns little, and the many $-\infty$ have to become something.

### A hundred directions

Two words are alike if their rows are. The rows are 5,900 numbers wide and could be used
as they stand, but most of that width is chance. Let us look for the hundred directions
in which the rows reach farthest, and keep of each row only how far it goes along each of
them: a hundred numbers.
Chapter 7 found such directions one after the other. Here is how to find them all at
once. The table $M$ has 5,900 rows and columns; let $Q$ be any hundred columns of 5,900
numbers, each of them a direction. Multiply, $Y = MQ$: that is a hundred columns again, and
in each of them the directions in which $M$ reaches far have grown most. Set the columns
upright (each loses what it has in common with those before it, or all would end as the
longest one), take them as the next $Q$, and repeat. After a few rounds the long directions
are most of what is left [@halko2011, sec. 4.5]. Then $Y = MQ$ is the table that we want:
row $w$ of it is row $w$ of $M$, seen along $Q$.
*/

enum { N_ROUNDS = 5 };

// each of d columns of n numbers loses its parts along those before it, and gets length 1
static void set_upright(double *q, size_t d, size_t n)
{
    for (size_t a = 0; a < d; a++) {
        double *column = q + a * n, length = 0.0;
        for (size_t go = 0; go < 2; go++) // twice: the first time leaves some rounding
            for (size_t b = 0; b < a; b++) {
                double along = 0.0;
                for (size_t i = 0; i < n; i++)
                    along += column[i] * q[b * n + i];
                for (size_t i = 0; i < n; i++)
                    column[i] -= along * q[b * n + i];
            }
        for (size_t i = 0; i < n; i++)
            length += column[i] * column[i];
        for (size_t i = 0; i < n; i++)
            column[i] *= length > 0.0 ? 1.0 / sqrt(length) : 0.0;
    }
}

static float multiply_add(float x, float y, float z); // x * y + z, rounded after each

// y[w] = sum over c of m[w][c] * q[c]    y, q [n_rows][ROW]
static void multiply(float *y, const struct sparse *m, const float *q)
{
    for (size_t w = 0; w < m->n_rows; w++) {
        float sum[ROW] = {0};
        for (size_t k = m->first[w]; k < m->first[w + 1]; k++) {
            const float value = m->value[k], *row = q + m->column[k] * (size_t)ROW;
            for (size_t i = 0; i < ROW; i++)
                sum[i] = multiply_add(value, row[i], sum[i]);
        }
        memcpy(y + w * ROW, sum, sizeof sum);
    }
}

// the rows of a square table along its d main directions: [n_rows][ROW], the rest zeros
static float *squeeze(const struct sparse *m, size_t d, uint64_t seed)
{
    const size_t n = m->n_rows;
    float *q = allocate(n * ROW, sizeof *q), *y = allocate(n * ROW, sizeof *y);
    double *columns = allocate(d * n, sizeof *columns);
    for (size_t w = 0; w < n; w++)
        fill_random(y + w * ROW, d, 1.0, &seed);
    for (size_t round = 0; round < N_ROUNDS; round++) {
        for (size_t a = 0; a < d; a++)
            for (size_t w = 0; w < n; w++)
                columns[a * n + w] = (double)y[w * ROW + a];
        set_upright(columns, d, n);
        for (size_t w = 0; w < n; w++)
            for (size_t a = 0; a < d; a++)
                q[w * ROW + a] = (float)columns[a * n + w];
        multiply(y, m, q);
    }
    free(columns);
    free(q);
    return y;
}

// the whole way from counts to narrow rows
static float *count_and_squeeze(const struct corpus *corpus, const struct recipe *recipe,
                                double shift, size_t *n_met, size_t *n_left)
{
    struct sparse m = count_windows(corpus->ids, corpus->n_ids, corpus->counts,
                                    corpus->vocab_size, recipe);
    *n_met = m.first[m.n_rows];
    count_to_surprise(&m, recipe->power, shift);
    *n_left = m.first[m.n_rows];
    float *rows = squeeze(&m, recipe->d_model, recipe->seed);
    close_sparse(&m);
    return rows;
}

// the neighbours of each word in both tables, one below the other
static void show_both(const struct corpus *corpus, const float *one, const float *other,
                      const char *words)
{
    heading("Three words in two tables");
    printf("the one says\n");
    print_neighbours(corpus, one, words, 4);
    printf("the other says\n");
    print_neighbours(corpus, other, words, 4);
}

static void show_counting(const struct corpus *corpus, const struct recipe *recipe,
                          double shift, const float *in, const char *words)
{
    char a[32], b[32];
    size_t n_met, n_left;
    heading("Counting instead");
    double start = seconds();
    float *rows = count_and_squeeze(corpus, recipe, shift, &n_met, &n_left);
    double end = seconds();
    printf("%s pairs met, %s of them\n", with_commas(a, n_met), with_commas(b, n_left));
    printf("more often than chance; ~%.2f s in all\n", end - start);
    print_ranks(measure(corpus, rows));
    show_both(corpus, in, rows, words);
    free(rows);
}

/*
::: {.output section="Counting instead"}
:::

So this is the other table of the beginning; in the terminal the two stand together in the
next section. They were made in ways that seem to have nothing in common, and by the
typical rank they find the partners equally well: 7.8 to 9.5 over the eight seeds, against 7.4
to 9.6 (`controls=2` prints these too; the seed is only where the hundred directions begin). By
the plain mean, in which the few pairs that lie far apart count most, the counts are
behind for seven seeds of the eight: [131]{.n section="Counting instead"} against
[79]{.n section="Training on six novels"} here. The count table was made in a small part
of the time, reads the text once, and has no learning rate.

::: aside
When this was found out, many had just moved from counting to predicting, because
predicting was so much better. The comparisons had not been fair: the model came with
its dice, its weights and its power of 0.75, and the counts came without [@levy2015].
:::

Does that prove that they are the same? No; two people who give the same answers may
still be two people. Let us look inside.

## The disguise

What would the model learn if it had all the numbers that it wanted, and all the time? Take
one pair of words. Say that the text has it 20 times, and that it was made up as noise 5
times.

::: predict
So the model is asked about this pair 25 times, and must say the same probability of yes each
time. Which one has the smallest loss, all 25 taken together?

:::: answer
20 of 25: 0.8.
::::
:::

It says 0.8, and the score with $\sigma(z) = 0.8$ is $\ln (20 / 5) = 1.39$. How often the pair
stood there over how often it was made up, and the logarithm of that: this is all that the
model can find out about it.

Now with letters. Take one pair of words $w$, $c$, and say that its score $z = v_w \cdot
u_c$ can be chosen freely. In the text the pair is met $n_{wc}$ times. As noise it is
met $k \, n_w q_c$ times: $n_w$ pairs begin with $w$, for each of them $k$ words are
drawn, and $q_c$ is the share of $c$ in the urn. So its part of the whole loss is

$$-n_{wc} \ln \sigma(z) - k \, n_w q_c \ln \sigma(-z),$$

and the slope of that along $z$ is $-n_{wc} (1 - \sigma(z)) + k \, n_w q_c \,
\sigma(z)$. It is zero where $\sigma(z) / (1 - \sigma(z))$, which is $e^z$, equals
$n_{wc} / (k \, n_w q_c)$:

$$z_{wc} = \ln \frac{n_{wc}}{n_w q_c} - \ln k.$$

![Two narrow tables write down a wide one. Each number on the right is the dot product
of a row of the one and a row of the other; what training wants it to be is a number
that could have been counted.](drawing:word2vec-table){alt="Left a table named in, eight
rows and two columns; beside it a table named out, laid on its side, two rows and eight
columns; right their product, a square of eight by eight. One row of in, one column of
out and the square where they cross are framed. Below stands: their product: more often
than chance, minus ln k."}

If the urn holds each word as often as it occurs in the windows, $q_c = n_c / N$, then
the first part is the PMI: *the best that word2vec can do is to make its dot products
the PMI minus a constant* [@levy2014, sec. 3.1]. An ordinary count table, then; the rows
are a way to write it with fewer numbers.

If the urn is another one, so is the table. With the power 0.75 each column is shifted
by an amount of its own. Now you see why that number was more than plumbing.

And you see what negative sampling is *not*. It is often introduced as a cheap way to
come near the softmax of chapter 3. But a softmax that may choose its scores freely ends
at $\ln (n_{wc} / n_w)$, up to a number for each $w$; here $q_c$ stands below as well.
The one says how often $c$ comes, the other how much more often than by chance. Read as
logits, these scores would underrate every frequent word. For rows of words that is no
fault; for a language model it would be [@dyer2014].

## Exercise 8.5: is it true? {#shifted-pmi-gap .exercise}

That is a claim that a program can test. Compare, for all pairs that were met, the dot
product with the PMI minus $\ln k$, and report the largest gap. If `in` has the row (1,
2), `out` has the row (3, 0.5) and their PMI is 5, then with $k = 1$ the dot product is
4, and the gap is 1; with $k = 2$ it is $|4 - (5 - 0.6931)| = 0.3069$.

A pair that never met has the PMI $-\infty$; no dot product will get there, and it is
left out. And one word of warning: a `NaN` is neither larger nor smaller than anything.
If a row that is compared holds one, the largest gap has to be `NaN` too, or your check
would praise a table that is broken.
*/

// largest over all w, c with a finite p = pmi_table[w][c] of |in[w] . out[c] - (p - ln k)|
//   in [n_words][d_model]   out [n_contexts][d_model]
//   pmi_table [n_words][n_contexts], as pmi makes it: finite, or -INFINITY
//   all in double; 0 if no pair has a finite pmi
// NAN if k is not positive and finite, whatever the sizes, or if one of the gaps is NAN
EXERCISE double shifted_pmi_gap(const float *in, const float *out, const float *pmi_table,
                                double k, size_t n_words, size_t n_contexts,
                                size_t d_model)
{
    // your code here
    (void)in, (void)out, (void)pmi_table, (void)k, (void)n_words, (void)n_contexts,
        (void)d_model;
    return NAN;
}

enum { TINY = 3, TINY_STEPS = 20000 };

// how a corpus of three words would count, small enough for the exact sum over all pairs
static const double tiny_counts[TINY * TINY] = {6, 2, 1, 1, 4, 3, 2, 1, 7};

static void tiny_sums(double *rows, double *columns, double *all)
{
    *all = 0.0;
    for (size_t w = 0; w < TINY; w++)
        rows[w] = columns[w] = 0.0;
    for (size_t w = 0; w < TINY; w++)
        for (size_t c = 0; c < TINY; c++) {
            rows[w] += tiny_counts[w * TINY + c];
            columns[c] += tiny_counts[w * TINY + c];
            *all += tiny_counts[w * TINY + c];
        }
}

// the tiny urn: shares by the power
static void tiny_urn(double *share, const double *columns, double power)
{
    double total = 0.0;
    for (size_t c = 0; c < TINY; c++)
        total += pow(columns[c], power);
    for (size_t c = 0; c < TINY; c++)
        share[c] = pow(columns[c], power) / total;
}

// plain descent on the exact loss of all pairs, with no dice at all
static void train_tiny(float *in, float *out, double k, const double *rows,
                       const double *share, double all)
{
    uint64_t state = 3;
    fill_random(in, TINY * TINY, 1.0, &state);
    fill_random(out, TINY * TINY, 1.0, &state);
    for (size_t step = 0; step < TINY_STEPS; step++) {
        double din[TINY * TINY] = {0}, dout[TINY * TINY] = {0};
        for (size_t w = 0; w < TINY; w++)
            for (size_t c = 0; c < TINY; c++) {
                double z = 0.0;
                for (size_t i = 0; i < TINY; i++)
                    z += (double)in[w * TINY + i] * (double)out[c * TINY + i];
                double yes = 1.0 / (1.0 + exp(-z));
                double g = (k * rows[w] * share[c] * yes -
                            tiny_counts[w * TINY + c] * (1.0 - yes)) /
                           all;
                for (size_t i = 0; i < TINY; i++) {
                    din[w * TINY + i] += g * (double)out[c * TINY + i];
                    dout[c * TINY + i] += g * (double)in[w * TINY + i];
                }
            }
        for (size_t j = 0; j < TINY * TINY; j++) {
            in[j] -= (float)din[j];
            out[j] -= (float)dout[j];
        }
    }
}

static void show_tiny(void)
{
    const double noises[][2] = {{5, 1.0}, {5, 0.75}};
    float in[TINY * TINY], out[TINY * TINY], table[TINY * TINY], own[TINY * TINY];
    double rows[TINY], columns[TINY], share[TINY], all;
    heading("Three words, exactly");
    if (!pmi(table, tiny_counts, TINY, TINY)) {
        waits_for("8.4", "pmi");
        return;
    }
    if (isnan(shifted_pmi_gap(table, table, table, 1.0, 0, 0, 0))) {
        waits_for("8.5", "shifted_pmi_gap");
        return;
    }
    tiny_sums(rows, columns, &all);
    printf("%-17s%11s%14s\n", "largest gap to", "PMI - ln k", "the urn's own");
    for (size_t n = 0; n < sizeof noises / sizeof *noises; n++) {
        tiny_urn(share, columns, noises[n][1]);
        train_tiny(in, out, noises[n][0], rows, share, all);
        for (size_t w = 0; w < TINY; w++)
            for (size_t c = 0; c < TINY; c++)
                own[w * TINY + c] =
                    table[w * TINY + c] + (float)log(columns[c] / all / share[c]);
        printf("k = %.0f, power %4.2f%11.4f%14.4f\n", noises[n][0], noises[n][1],
               shifted_pmi_gap(in, out, table, noises[n][0], TINY, TINY, TINY),
               shifted_pmi_gap(in, out, own, noises[n][0], TINY, TINY, TINY));
    }
}

/*
::: {.output section="Three words, exactly"}
:::

To the last digit that we print, and no step of the training had ever heard of PMI. With
the power 0.75 the gap to PMI is there, as announced, and the gap to the urn's own table
is not.

## And in a real table?

There the rows have a hundred numbers and not thousands, so the dot products cannot be
just anything; the dice bring their noise; and training stops long before nothing more
is to be gained. So let us not ask whether the gap is 0, but how much of the count table
is in the dot products. We train on the first novel alone, look at the pairs of frequent
words that met ten times or more, and correlate. A correlation of 1 would mean: the same
table, up to a stretch and a shift.
*/

enum { LEAST_FREQUENT = 60, MOST_FREQUENT = 300 };

// counts of the n most frequent words by each other; all the rest is row and column n
static double *frequent_counts(const struct sparse *m, size_t n)
{
    double *counts = allocate((n + 1) * (n + 1), sizeof *counts);
    for (size_t w = 0; w < m->n_rows; w++)
        for (size_t k = m->first[w]; k < m->first[w + 1]; k++) {
            size_t row = w < n ? w : n, column = m->column[k] < n ? m->column[k] : n;
            counts[row * (n + 1) + column] += (double)m->value[k];
        }
    return counts;
}

struct comparison {
    size_t n_pairs;
    double *scores, *plain, *own; // dot products; PMI - ln k; the urn's own PMI - ln k
};

static double correlation(const double *x, const double *y, size_t n);
static void plot_disguise(const struct comparison *of);

// ln of a column's share of the windows over its share of the urn, for the n most frequent
static double *urn_shifts(const double *block, const uint64_t *counts, size_t vocab_size,
                          size_t n, double power)
{
    double *urn = allocate(vocab_size, sizeof *urn),
           *shift = allocate(n + 1, sizeof *shift);
    double all = 0.0;
    for (size_t v = 0; v < vocab_size; v++)
        urn[v] = (double)counts[v];
    double *share = shares_of(urn, vocab_size, power);
    for (size_t w = 0; w <= n; w++)
        for (size_t c = 0; c <= n; c++) {
            shift[c] += block[w * (n + 1) + c];
            all += block[w * (n + 1) + c];
        }
    for (size_t c = 0; c < n; c++)
        shift[c] = log(shift[c] / all / share[c]);
    free(urn);
    free(share);
    return shift;
}

// the pairs of the n most frequent words that met ten times or more
static void compare(struct comparison *of, const struct tables *t, const double *block,
                    const double *shift, size_t n, const struct recipe *recipe)
{
    const size_t side = n + 1;
    float *table = allocate(side * side, sizeof *table);
    pmi(table, block, side, side);
    for (size_t w = 0; w < n; w++)
        for (size_t c = 0; c < n; c++) {
            if (block[w * side + c] < 10.0)
                continue;
            const float *v = t->in + w * ROW, *u = t->out + c * ROW;
            size_t k = of->n_pairs++;
            of->scores[k] = 0.0;
            for (size_t i = 0; i < recipe->d_model; i++)
                of->scores[k] += (double)v[i] * (double)u[i];
            of->plain[k] = (double)table[w * side + c] - log((double)recipe->n_noise);
            of->own[k] = of->plain[k] + shift[c];
        }
    free(table);
}

// trains on the first novel and holds the dot products against its counts
static void print_agreement(const char *name, const struct corpus *corpus,
                            const uint64_t *counts, size_t n, const struct recipe *recipe,
                            bool plot)
{
    const size_t n_ids = corpus->first_end, vocab_size = corpus->vocab_size;
    struct tables t = open_tables(vocab_size, recipe);
    struct sparse m = count_windows(corpus->ids, n_ids, counts, vocab_size, recipe);
    double *block = frequent_counts(&m, n), *room = allocate(3 * n * n, sizeof *room);
    double *shift = urn_shifts(block, counts, vocab_size, n, recipe->power);
    struct comparison of = {0, room, room + n * n, room + 2 * n * n};
    train(&t, corpus->ids, n_ids, counts, recipe, true);
    compare(&of, &t, block, shift, n, recipe);
    printf("%-28s%6.2f%8.2f\n", name, correlation(of.scores, of.plain, of.n_pairs),
           correlation(of.scores, of.own, of.n_pairs));
    if (plot)
        plot_disguise(&of);
    close_tables(&t);
    close_sparse(&m);
    free(block);
    free(room);
    free(shift);
}

static void show_disguise(const struct corpus *corpus, const struct recipe *recipe)
{
    const char *names[] = {"as it is", "power 1", "power 1, nothing thrown away"};
    uint64_t *counts = allocate(corpus->vocab_size, sizeof *counts);
    struct recipe changed = *recipe;
    size_t n = 0;
    heading("The first novel: dot products against counts");
    for (size_t p = 0; p < corpus->first_end; p++)
        counts[corpus->ids[p]]++;
    while (n < corpus->vocab_size && n < MOST_FREQUENT && counts[n] >= LEAST_FREQUENT)
        n++;
    if (!pmi(&(float){0}, &(double){1.0}, 1, 1)) {
        waits_for("8.4", "pmi");
        free(counts);
        return;
    }
    printf("%-28s%6s%8s\n", "correlation with", "PMI", "urn's");
    for (size_t k = 0; k < 3; k++) {
        changed.power = k > 0 ? 1.0 : recipe->power;
        changed.sample = k > 1 ? 0.0 : recipe->sample;
        print_agreement(names[k], corpus, counts, n, &changed, k == 0);
    }
    free(counts);
}

/*
::: predict
The noise has the power 0.75, so the dot products will follow the urn's own table more
closely than the PMI. And with the power 1: will the two tables be one?

:::: answer
Only if nothing is thrown away either.
::::
:::

::: {.output section="The first novel: dot products against counts"}
:::

![Each point is a pair of frequent words of *Emma*. To the right, what the count table
says; up, what the trained rows say.](figure:word2vec-disguise){#fig-word2vec-disguise}

There it is. In the third row, the one of the theorem, PMI and the urn's own table are
the same. In the second the noise is still drawn from the whole text, but the text that
is read has lost most of its "the": so even with the power 1 the urn does not fit the
windows, and the plain PMI is a poor guess. Every dial of word2vec, the power, the dice,
the number of noise words, moves a known term of a known formula.

### What a network finds and counting does not

So what did the neural network find that the counts did not have? On this corpus, by
this list: nothing that we could measure. Did it find less? When GloVe was introduced,
it was held against such models that they see one window at a time, and so waste what
the whole text could tell [@pennington2014, sec. 1]. That is true of each step, and not
of where the steps lead. What the network has is a way to get there that never holds the
large table, reads the text as a stream, and can be stopped at any time; at a hundred
billion words that decides. And what the counts have is that one can look into them, and
ask why.

## What you can now explain

- What word2vec asks of a pair of words, where the pairs come from to which the answer
  is no, and why the cost of a step does not depend on the vocabulary.
- How frequent words are thrown away, by a formula that is not the one of the paper, and
  what that does to the windows.
- Why there are two tables, of which most people have only ever seen one, and what
  brings them nearer to each other.
- Why a wide window groups words by their subject, and a narrow one by their place in a
  sentence.
- What PMI says of a pair, and how counts, a logarithm and a hundred directions make a
  table that is about as good here.
- What the dot products become where they are free to be anything, $\ln (n_{wc} / (n_w
  q_c)) - \ln k$, and what the power 0.75 has to do with it.

## Three questions to think about

::: think
Chapter 5 tied the two tables of a model into one. Could one tie the two of word2vec?
What would the score of a word with itself be, and how often does a word stand in its
own window?

:::: answer
One can, but a word's score with itself would be a sum of squares, never negative: the
model would say that each word likes itself. Words hardly ever stand beside themselves
("very, very" is an exception), so the model would have to keep all rows short, against
what the other pairs ask of them. It is the second fault of chapter 5's bare tying.
::::
:::

::: think
With $k = 5$ the dot products are shifted by $-\ln 5$. Does that change which words are
neighbours?

:::: answer
If it could be done exactly, each dot product would go down by the same 1.61, and that
can be had by adding one number to each row of `in` and another to each row of `out`.
Cosines between rows of `in` would change a little. In a narrow table it does more:
positive PMI with a shift keeps fewer entries. Try `shift=5` and look at the typical
rank.
::::
:::

::: think
A pair that was never seen has the PMI $-\infty$. The model gives it a finite score. Is
that a mistake of the model?

:::: answer
No, it is what it is for. A finite number of dimensions, a finite time and the dice let
pairs that were not seen have scores like pairs that resemble them: "darcy smiled" from
"bingley smiled". The count table knows only what it has seen, and positive PMI throws
the rest away; it gets the same effect when it is squeezed.
::::
:::

## What to read next

- Mikolov and others [-@mikolov2013b] give negative sampling, the dice and the power in
  eight pages.
- Levy and Goldberg [-@levy2014] take off the mask, in as few.
- Levy, Goldberg and Dagan [-@levy2015] turn the dials of both ways, one by one, and
  compare again.
- Chapter 9 asks what becomes of a word that means two things.

## Behind the scenes {#word2vec-behind}

First the list.
*/

static const char partners[] =
    "mother father, brother sister, son daughter, husband wife, uncle aunt, "
    "brothers sisters, sons daughters, he she, him her, himself herself, mr mrs, "
    "gentleman lady, gentlemen ladies, man woman, men women, boy girl, "
    "boys girls, two three, four five, six seven, hundred thousand, "
    "monday tuesday, wednesday thursday, saturday sunday, morning evening, "
    "day night, days weeks, month week, months years, winter summer, "
    "spring autumn, january february, november december, yesterday tomorrow, "
    "breakfast dinner, tea coffee, bread butter, horse carriage, road lane, "
    "door window, hand arm, eyes face, eyes countenance, hair complexion, "
    "walk drive, walked ran, came went, said cried, replied answered, "
    "read write, reading writing, sing play, music instrument, happy unhappy, "
    "good bad, rich poor, young old, large small, long short, warm cold, "
    "hot cold, handsome pretty, beautiful elegant, kind amiable, love affection, "
    "joy delight, sorrow grief, anger resentment, pride vanity, fear hope, "
    "hopes fears, sense sensibility, captain admiral, captain colonel, sir lady, "
    "london bath, england ireland, town country, house cottage, "
    "church parsonage, garden shrubbery, trees woods, rain snow, ship navy, "
    "money pounds, law lawyer, always never, more less, must should, is was, "
    "have had, ill well, darcy bingley, jane elizabeth, emma harriet, "
    "elinor marianne, edmund fanny, anne wentworth, catherine henry, "
    "pemberley netherfield, hartfield randalls, kellynch uppercross";

/*
### The fast step
*/

// x * y + z, rounded after each: what is trained here is the same on every machine then
static float multiply_add(float x, float y, float z)
{
    return x * y + z;
}

// carried over from chapter 3
// e^x for x <= 0, to about 2e-7 of itself; 0 below -87
static float exp_of_negative(float x)
{
    const float shift = 12582912.0f; // 1.5 * 2^23: adding it rounds to a whole number
    union {
        float number;
        uint32_t bits;
    } n = {multiply_add(x, 1.44269504f, shift)}, power;
    float whole = n.number - shift;
    float r = multiply_add(whole, -0.693147182f, x); // x - n ln 2, in two pieces
    r = multiply_add(whole, 1.90465432e-9f, r);
    float p = multiply_add(r, 1.0f / 720, 1.0f / 120);
    p = multiply_add(p, r, 1.0f / 24);
    p = multiply_add(p, r, 1.0f / 6);
    p = multiply_add(p, r, 0.5f);
    p = multiply_add(p, r, 1.0f);
    p = multiply_add(p, r, 1.0f);
    power.bits = (n.bits + 127) << 23; // the number 2^n
    return x < -87.0f ? 0.0f : p * power.number;
}
// end of what was carried over

// a place of the text: one middle word, its noise, its window
enum { SUMS = 16, N_OUT = MOST_NOISE + 1, G_ROW = 8 };

struct place {
    _Alignas(64) float out[N_OUT * ROW];  // the rows of out, as they were
    _Alignas(64) float dout[N_OUT * ROW]; // and how far they will move
    float g[2 * MOST_WINDOW * G_ROW]; // scores, then steps; G_ROW a word of the window
};

// the second half of each sum's numbers goes to the first
static inline void fold(float *s0, float *s1, float *s2, float *s3, float *s4, float *s5,
                        size_t half)
{
    for (size_t k = 0; k < half; k++) {
        s0[k] += s0[k + half];
        s1[k] += s1[k + half];
        s2[k] += s2[k + half];
        s3[k] += s3[k + half];
        s4[k] += s4[k + half];
        s5[k] += s5[k + half];
    }
}

// score[k] = in . out[k] for the six rows of out; sixteen sums each, added up at the end
static void score_row(float *restrict score, const float *restrict in,
                      const float *restrict out)
{
    float s0[SUMS] = {0}, s1[SUMS] = {0}, s2[SUMS] = {0}, s3[SUMS] = {0};
    float s4[SUMS] = {0}, s5[SUMS] = {0};
    for (size_t i = 0; i < ROW; i += SUMS)
        for (size_t k = 0; k < SUMS; k++) {
            const float x = in[i + k], *u = out + i + k;
            s0[k] = multiply_add(x, u[0], s0[k]);
            s1[k] = multiply_add(x, u[ROW], s1[k]);
            s2[k] = multiply_add(x, u[2 * ROW], s2[k]);
            s3[k] = multiply_add(x, u[3 * ROW], s3[k]);
            s4[k] = multiply_add(x, u[4 * ROW], s4[k]);
            s5[k] = multiply_add(x, u[5 * ROW], s5[k]);
        }
    fold(s0, s1, s2, s3, s4, s5, 8);
    fold(s0, s1, s2, s3, s4, s5, 4);
    fold(s0, s1, s2, s3, s4, s5, 2);
    fold(s0, s1, s2, s3, s4, s5, 1);
    const float sums[N_OUT] = {s0[0], s1[0], s2[0], s3[0], s4[0], s5[0]};
    memcpy(score, sums, sizeof sums);
}

// in += sum over k of g[k] * out[k], and dout[k] += g[k] * in, the old one
static void move_row(float *restrict in, float *restrict dout, const float *restrict out,
                     const float *restrict g)
{
    const float g0 = g[0], g1 = g[1], g2 = g[2], g3 = g[3], g4 = g[4], g5 = g[5];
    for (size_t i = 0; i < ROW; i++) {
        const float x = in[i];
        float sum = multiply_add(g0, out[i], x);
        sum = multiply_add(g1, out[ROW + i], sum);
        sum = multiply_add(g2, out[2 * ROW + i], sum);
        sum = multiply_add(g3, out[3 * ROW + i], sum);
        sum = multiply_add(g4, out[4 * ROW + i], sum);
        in[i] = multiply_add(g5, out[5 * ROW + i], sum);
        dout[i] = multiply_add(g0, x, dout[i]);
        dout[ROW + i] = multiply_add(g1, x, dout[ROW + i]);
        dout[2 * ROW + i] = multiply_add(g2, x, dout[2 * ROW + i]);
        dout[3 * ROW + i] = multiply_add(g3, x, dout[3 * ROW + i]);
        dout[4 * ROW + i] = multiply_add(g4, x, dout[4 * ROW + i]);
        dout[5 * ROW + i] = multiply_add(g5, x, dout[5 * ROW + i]);
    }
}

// n scores become sigmoid(z), sixteen at a time
static void sigmoids(float *g, size_t n)
{
    for (size_t j = 0; j < n; j += SUMS)
        for (size_t k = j; k < j + SUMS; k++) {
            const float z = g[k], e = exp_of_negative(z < 0.0f ? z : -z);
            g[k] = (z < 0.0f ? e : 1.0f) / (1.0f + e);
        }
}

// scores become steps: rate * (1 - sigmoid(z)) for what came, -rate * sigmoid(z) for noise
static void steps_of_scores(float *g, size_t n_window, size_t n_noise, float rate)
{
    float step[G_ROW] = {rate};
    for (size_t k = 1; k <= n_noise; k++)
        step[k] = -rate;
    for (size_t w = 0; w < n_window; w++)
        g[w * G_ROW] = -g[w * G_ROW];
    sigmoids(g, n_window * G_ROW);
    for (size_t w = 0; w < n_window; w++)
        for (size_t k = 0; k < G_ROW; k++)
            g[w * G_ROW + k] *= step[k];
}

// one place: drawn[0] stood in the middle, the others are noise for the whole window
static void fast_place(struct tables *t, struct place *at, const uint32_t *window,
                       size_t n_window, const uint32_t *drawn, size_t n_noise, float rate)
{
    memset(at->dout, 0, sizeof at->dout);
    for (size_t k = 0; k <= n_noise; k++)
        memcpy(at->out + k * ROW, t->out + drawn[k] * (size_t)ROW, ROW * sizeof *at->out);
    memset(at->g, 0, sizeof at->g);
    for (size_t w = 0; w < n_window; w++)
        score_row(at->g + w * G_ROW, t->in + window[w] * (size_t)ROW, at->out);
    steps_of_scores(at->g, n_window, n_noise, rate);
    for (size_t w = 0; w < n_window; w++)
        move_row(t->in + window[w] * (size_t)ROW, at->dout, at->out, at->g + w * G_ROW);
    for (size_t k = 0; k <= n_noise; k++)
        for (size_t i = 0; i < ROW; i++)
            t->out[drawn[k] * (size_t)ROW + i] += at->dout[k * ROW + i];
}

static double largest_difference(const float *a, const float *b, size_t n);

// the same pairs, some thousands, through your step and through this one
static double compare_steps(const struct corpus *corpus, const struct recipe *recipe)
{
    struct tables own = open_tables(corpus->vocab_size, recipe);
    struct tables fast = open_tables(corpus->vocab_size, recipe);
    struct place *at = allocate(1, sizeof *at);
    const float rate = (float)recipe->rate;
    uint64_t state = 2;
    for (size_t go = 0; go < 3000; go++) {
        uint32_t word = corpus->ids[random_next(&state) % corpus->n_ids], drawn[N_OUT];
        for (size_t k = 0; k < N_OUT; k++) // six different words
            drawn[k] =
                (uint32_t)((random_next(&state) % (corpus->vocab_size / N_OUT)) * N_OUT +
                           k);
        own_step(&own, word, drawn, recipe->n_noise, recipe->d_model, rate);
        fast_place(&fast, at, &word, 1, drawn, recipe->n_noise, rate);
    }
    double difference =
        fmax(largest_difference(own.in, fast.in, corpus->vocab_size * ROW),
             largest_difference(own.out, fast.out, corpus->vocab_size * ROW));
    close_tables(&own);
    close_tables(&fast);
    free(at);
    return difference;
}

/*
A word may be drawn twice for one place, or stand twice in a window. The second copy of
a row is then as good as the first, and the sums go to the same row one after the other.
*/

/*
The slots that are drawn lie anywhere in the urn, and their rows anywhere in `out`: a step would
wait for both. So the dice are thrown for 32 places before the first of them is trained, and the
rows are asked for, as in chapter 1: while one place is at work, those of the next are on their
way. No die looks at what has been learned, so the numbers stay the same.
*/

enum { AHEAD = 32 };

// a place whose dice have been thrown; drawn: for the whole window, or one a word
struct thrown {
    uint32_t window[2 * MOST_WINDOW], drawn[2 * MOST_WINDOW][N_OUT];
    size_t n_window, at_once;
};

// a row, line by line: 16 numbers are a line of the cache, on most machines
static void ask_for_row(const float *row)
{
    for (size_t i = 0; i < ROW; i += SUMS)
        __builtin_prefetch(row + i);
}

// the dice of place p of a text of n words; its rows, and that of its word, are asked for
static void throw_place(struct thrown *thrown, const struct tables *t,
                        const uint32_t *slots, const uint32_t *left, size_t n, size_t p,
                        const struct recipe *recipe, uint64_t *state)
{
    thrown->n_window = cut_window(thrown->window, left, n, p, recipe, state);
    thrown->at_once = recipe->shared ? thrown->n_window : 1;
    ask_for_row(t->in + left[p] * (size_t)ROW);
    for (size_t w = 0; w < thrown->n_window; w += thrown->at_once) {
        draw_noise(thrown->drawn[w], left[p], slots, recipe->n_noise, state);
        for (size_t k = 0; k <= recipe->n_noise; k++)
            ask_for_row(t->out + thrown->drawn[w][k] * (size_t)ROW);
    }
}

static void train_place(struct tables *t, struct place *at, const struct thrown *thrown,
                        size_t n_noise, float rate)
{
    for (size_t w = 0; w < thrown->n_window; w += thrown->at_once)
        fast_place(t, at, thrown->window + w, thrown->at_once, thrown->drawn[w], n_noise,
                   rate);
}

static void live_line(const struct recipe *recipe, double done, double words_a_second);

// trains on the words ids[0 .. n_ids); live: a line for the terminal after each part
static void train(struct tables *t, const uint32_t *ids, size_t n_ids,
                  const uint64_t *counts, const struct recipe *recipe, bool live)
{
    uint32_t *slots = allocate(N_SLOTS, sizeof *slots);
    uint32_t *left = allocate(n_ids, sizeof *left);
    uint64_t *limits = keep_limits(counts, t->vocab_size, recipe->sample);
    struct place *at = allocate(1, sizeof *at);
    struct thrown ahead[AHEAD];
    uint64_t state = recipe->seed + 1000;
    const double start = seconds();
    unigram_sampler(slots, N_SLOTS, counts, t->vocab_size, recipe->power);
    for (double begun = 0.0; begun < recipe->passes; begun += 1.0) {
        double share = fmin(1.0, recipe->passes - begun);
        size_t part = (size_t)(share * (double)n_ids);
        size_t n = throw_dice(left, ids, part, limits, &state);
        for (size_t p = 0; p < n; p++) {
            double done = (begun + share * (double)p / (double)n) / recipe->passes;
            float rate = (float)(recipe->rate * fmax(1.0 - done, 1e-4));
            // where the thrown places are used up, the next ones
            for (size_t q = p; p % AHEAD == 0 && q < p + AHEAD && q < n; q++)
                throw_place(&ahead[q - p], t, slots, left, n, q, recipe, &state);
            train_place(t, at, &ahead[p % AHEAD], recipe->n_noise, rate);
            if (live && p % 16384 == 0)
                live_line(recipe, done,
                          done * recipe->passes * (double)n_ids / (seconds() - start));
        }
    }
    free(slots);
    free(left);
    free(limits);
    free(at);
}

/*
### The measure
*/

// the id of a word; vocab_size if it has none
static uint32_t find_word(const struct corpus *corpus, const char *name, size_t length)
{
    uint32_t v = 0;
    while (v < corpus->vocab_size && (corpus->words[v].length != length ||
                                      memcmp(corpus->words[v].start, name, length) != 0))
        v++;
    return v;
}

// the rows with length 1
static float *unit_rows(const float *table, size_t n_rows)
{
    float *unit = allocate(n_rows * ROW, sizeof *unit);
    for (size_t v = 0; v < n_rows; v++) {
        double squares = 0.0;
        for (size_t i = 0; i < ROW; i++)
            squares += (double)table[v * ROW + i] * (double)table[v * ROW + i];
        for (size_t i = 0; i < ROW && squares > 0.0; i++)
            unit[v * ROW + i] = (float)((double)table[v * ROW + i] / sqrt(squares));
    }
    return unit;
}

// a . b over a whole row, sixteen sums side by side
static float row_dot(const float *a, const float *b)
{
    float sum[SUMS] = {0}, all = 0.0f;
    for (size_t i = 0; i < ROW; i += SUMS)
        for (size_t k = 0; k < SUMS; k++)
            sum[k] = multiply_add(a[i + k], b[i + k], sum[k]);
    for (size_t k = 0; k < SUMS; k++)
        all += sum[k];
    return all;
}

// 1 + how many words are nearer to a than b is
static size_t rank_of(const float *unit, size_t n, uint32_t a, uint32_t b)
{
    const float *row = unit + a * (size_t)ROW,
                partner = row_dot(row, unit + b * (size_t)ROW);
    size_t rank = 1;
    for (size_t v = 0; v < n; v++)
        rank += v != a && v != b && row_dot(row, unit + v * ROW) > partner;
    return rank;
}

static struct quality measure(const struct corpus *corpus, const float *table)
{
    float *unit = unit_rows(table, corpus->vocab_size);
    struct quality quality = {0};
    for (const char *at = partners; *at;) {
        size_t first = strcspn(at, " "), second = strcspn(at + first + 1, ",");
        uint32_t a = find_word(corpus, at, first);
        uint32_t b = find_word(corpus, at + first + 1, second);
        at += first + 1 + second;
        at += strspn(at, ", ");
        if (a == corpus->vocab_size || b == corpus->vocab_size)
            continue;
        size_t there = rank_of(unit, corpus->vocab_size, a, b);
        size_t back = rank_of(unit, corpus->vocab_size, b, a);
        quality.mean += (double)(there + back);
        quality.typical += log((double)there) + log((double)back);
        quality.n_ranks += 2;
    }
    free(unit);
    quality.mean /= (double)quality.n_ranks;
    quality.typical = exp(quality.typical / (double)quality.n_ranks);
    return quality;
}

enum { MOST_NEAREST = 8 };

// prints the n nearest words
static void print_nearest(size_t *column, const struct corpus *corpus, const float *unit,
                          uint32_t v, size_t n)
{
    uint32_t taken[MOST_NEAREST];
    for (size_t k = 0; k < n && k + 1 < corpus->vocab_size; k++) {
        float best = -2.0f;
        for (uint32_t w = 0; w < corpus->vocab_size; w++) {
            bool free_to_take = w != v;
            for (size_t j = 0; j < k; j++)
                free_to_take = free_to_take && taken[j] != w;
            float near = free_to_take
                             ? row_dot(unit + v * (size_t)ROW, unit + w * (size_t)ROW)
                             : -3.0f;
            if (near > best) {
                best = near;
                taken[k] = w;
            }
        }
        const struct word *word = &corpus->words[taken[k]];
        put_word(column, word->start, word->length, "");
    }
}

/*
Counting. The places of each word are listed first, so that one row of the table can be
counted after the other, in a single row of room.
*/

static void make_room(struct sparse *m, size_t n)
{
    if (n <= m->room)
        return;
    m->room = 2 * n;
    uint32_t *column = realloc(m->column, m->room * sizeof *column);
    m->column = column ? column : m->column;
    float *value = column ? realloc(m->value, m->room * sizeof *value) : NULL;
    m->value = value ? value : m->value;
    if (!value)
        give_up(1, "there is no room for the counts of %zu pairs", m->room);
}

static void close_sparse(struct sparse *m)
{
    free(m->first);
    free(m->column);
    free(m->value);
}

// places[first[v]] to places[first[v + 1] - 1]: where word v stands
static size_t *list_places(size_t *first, const uint32_t *ids, size_t n_ids,
                           size_t vocab_size)
{
    size_t *places = allocate(n_ids, sizeof *places);
    for (size_t p = 0; p < n_ids; p++)
        first[ids[p] + 1]++;
    for (size_t v = 0; v < vocab_size; v++)
        first[v + 1] += first[v];
    for (size_t p = n_ids; p-- > 0;)
        places[--first[ids[p] + 1]] = p;
    memmove(first, first + 1, vocab_size * sizeof *first);
    first[vocab_size] = n_ids;
    return places;
}

// adds the windows around one place to row; a column that was 0 goes to the list
static size_t count_place(double *row, uint32_t *met, size_t n_met, size_t p,
                          const uint32_t *ids, size_t n_ids, const double *kept,
                          size_t reach)
{
    size_t first = p > reach ? p - reach : 0, last = p + reach;
    for (size_t q = first; q < n_ids && q <= last; q++) {
        size_t distance = q > p ? q - p : p - q;
        double weight =
            (double)(reach + 1 - distance) / (double)reach * kept[ids[p]] * kept[ids[q]];
        if (q == p || weight <= 0.0)
            continue;
        if (row[ids[q]] == 0.0)
            met[n_met++] = ids[q];
        row[ids[q]] += weight;
    }
    return n_met;
}

static struct sparse count_windows(const uint32_t *ids, size_t n_ids,
                                   const uint64_t *counts, size_t vocab_size,
                                   const struct recipe *recipe)
{
    struct sparse m = {.n_rows = vocab_size};
    m.first = allocate(vocab_size + 1, sizeof *m.first);
    size_t *first = allocate(vocab_size + 2, sizeof *first);
    size_t *places = list_places(first, ids, n_ids, vocab_size);
    double *row = allocate(vocab_size, sizeof *row),
           *kept = allocate(vocab_size, sizeof *kept);
    uint32_t *met = allocate(vocab_size, sizeof *met);
    for (size_t v = 0; v < vocab_size; v++)
        kept[v] =
            counts[v] > 0 ? subsample_probability(counts[v], n_ids, recipe->sample) : 0.0;
    for (size_t w = 0; w < vocab_size; w++) {
        size_t n_met = 0;
        for (size_t k = first[w]; k < first[w + 1]; k++)
            n_met =
                count_place(row, met, n_met, places[k], ids, n_ids, kept, recipe->window);
        make_room(&m, m.first[w] + n_met);
        for (size_t k = 0; k < n_met; k++) {
            m.column[m.first[w] + k] = met[k];
            m.value[m.first[w] + k] = (float)row[met[k]];
            row[met[k]] = 0.0;
        }
        m.first[w + 1] = m.first[w] + n_met;
    }
    free(first);
    free(places);
    free(row);
    free(kept);
    free(met);
    return m;
}

static double correlation(const double *x, const double *y, size_t n)
{
    double sx = 0.0, sy = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
    for (size_t k = 0; k < n; k++) {
        sx += x[k] / (double)n;
        sy += y[k] / (double)n;
    }
    for (size_t k = 0; k < n; k++) {
        xx += (x[k] - sx) * (x[k] - sx);
        yy += (y[k] - sy) * (y[k] - sy);
        xy += (x[k] - sx) * (y[k] - sy);
    }
    return xy / sqrt(xx * yy);
}

static double largest_difference(const float *a, const float *b, size_t n)
{
    double largest = 0.0;
    for (size_t k = 0; k < n; k++)
        largest = fmax(largest, fabs((double)a[k] - (double)b[k]));
    return largest;
}

/*
The corpus: novels are read one after the other, and the words of all get their numbers
from one dictionary. How a dictionary works was told at the end of chapter 3.
*/

enum {
    MAX_BYTES = 100000000,
    LEAST_WORDS = 2000,
    LEAST_DIFFERENT = 50,
    MOST_VOCAB = 30000
};

// carried over from chapter 3
// all of a file; what is not a text ends the program with a sentence
static struct text read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up(1, "there is no file %s that can be read (TEXT=path names another)",
                path);
    struct text text = {.bytes = malloc(MAX_BYTES + 1)};
    if (!text.bytes)
        give_up(1, "there is no room for a text");
    text.size = fread(text.bytes, 1, MAX_BYTES + 1, file);
    if (ferror(file))
        give_up(1, "%s cannot be read: is it a folder?", path);
    if (text.size == 0)
        give_up(1, "%s is empty", path);
    if (text.size > MAX_BYTES)
        give_up(1, "%s is larger than 100 MB", path);
    if (memchr(text.bytes, 0, text.size))
        give_up(1, "%s holds bytes of value 0, so it is not plain text", path);
    fclose(file);
    return text;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '\'';
}

static void to_lower_case(struct text *text)
{
    for (size_t at = 0; at < text->size; at++)
        if (text->bytes[at] >= 'A' && text->bytes[at] <= 'Z')
            text->bytes[at] = (char)(text->bytes[at] - 'A' + 'a');
}

struct dictionary {
    struct word *words; // in the order of their first appearance
    size_t n_words;
    uint32_t *slots; // number of a word + 1, or 0: free
    size_t n_slots;  // a power of 2
};

// the slot of a word: the one that holds its number, or the free one where it belongs
static uint32_t *find_slot(const struct dictionary *dictionary, const char *start,
                           size_t length)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t c = 0; c < length; c++)
        hash = (hash ^ (unsigned char)start[c]) * 1099511628211u;
    for (size_t s = (size_t)(hash ^ hash >> 32);; s++) {
        uint32_t *slot = &dictionary->slots[s & (dictionary->n_slots - 1)];
        const struct word *word = &dictionary->words[*slot ? *slot - 1 : 0];
        if (*slot == 0 ||
            (word->length == length && memcmp(word->start, start, length) == 0))
            return slot;
    }
}

// twice the slots; the words find their places anew
static void grow(struct dictionary *dictionary)
{
    struct dictionary old = *dictionary;
    dictionary->n_slots = old.n_slots ? 2 * old.n_slots : 1024;
    dictionary->slots = allocate(dictionary->n_slots, sizeof *dictionary->slots);
    dictionary->words = allocate(dictionary->n_slots / 2, sizeof *dictionary->words);
    for (size_t w = 0; w < old.n_words; w++) {
        dictionary->words[w] = old.words[w];
        *find_slot(dictionary, old.words[w].start, old.words[w].length) = (uint32_t)w + 1;
    }
    free(old.slots);
    free(old.words);
}

// the number of a word; a new word gets the next one
static uint32_t number_of(struct dictionary *dictionary, const char *start, size_t length)
{
    if (2 * dictionary->n_words == dictionary->n_slots)
        grow(dictionary);
    uint32_t *slot = find_slot(dictionary, start, length);
    if (*slot == 0) {
        dictionary->words[dictionary->n_words] = (struct word){start, length, 0};
        *slot = (uint32_t)++dictionary->n_words;
    }
    return *slot - 1;
}

// does a line with such a mark begin here, as "*** START OF THE PROJECT ..." does?
static bool is_frame(const struct text *text, size_t at, const char *mark)
{
    const bool begins = at == 0 || text->bytes[at - 1] == '\n' ||
                        (at == 3 && memcmp(text->bytes, "\xef\xbb\xbf", 3) == 0);
    if (!begins || text->size - at < 24 || memcmp(text->bytes + at, "***", 3) != 0)
        return false;
    at += text->bytes[at + 3] == ' ' ? 4 : 3;
    return memcmp(text->bytes + at, mark, strlen(mark)) == 0;
}

// keeps what stands between the two lines, if there are such lines
static bool cut_frame(struct text *text)
{
    size_t begin = 0, end = text->size;
    for (size_t at = 0; at < end; at++)
        if (is_frame(text, at, "start of")) {
            begin = at;
            while (begin < end && text->bytes[begin] != '\n')
                begin++;
        } else if (is_frame(text, at, "end of"))
            end = at;
    bool is_cut = begin > 0 || end < text->size;
    text->size = end - begin;
    memmove(text->bytes, text->bytes + begin, text->size);
    return is_cut;
}

// how many bytes the character has that begins here in UTF-8; 1 if it is something else
static size_t character_length(const struct text *text, size_t at)
{
    const unsigned char first = (unsigned char)text->bytes[at];
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    for (size_t k = 1; k < length; k++)
        if (at + k >= text->size || (text->bytes[at + k] & 0xc0) != 0x80)
            return 1;
    return length;
}

// true for letters that are not a to z: a guess by the first byte, in UTF-8 or Latin-1
static bool is_other_letter(unsigned char first, size_t length)
{
    return length == 1 ? first >= 0xc0
                       : first >= 0xc3 && first != 0xe2 && first != 0xef && first < 0xf0;
}

// every printed apostrophe becomes a plain one; gives their number
static size_t mend_apostrophes(struct text *text, size_t *n_other_letters)
{
    size_t size = 0, n_mended = 0;
    *n_other_letters = 0;
    for (size_t at = 0, length; at < text->size; at += length) {
        const unsigned char first = (unsigned char)text->bytes[at];
        length = character_length(text, at);
        if ((length == 3 && memcmp(text->bytes + at, "\xe2\x80\x99", 3) == 0) ||
            (length == 1 && first == 0x92)) { // the second is Windows' way to write it
            text->bytes[size++] = '\'';
            n_mended++;
            continue;
        }
        *n_other_letters += is_other_letter(first, length);
        memmove(text->bytes + size, text->bytes + at, length);
        size += length;
    }
    text->size = size;
    return n_mended;
}
// end of what was carried over

// what is said of a text that was not all letters
static void print_cleaning(const char *path, bool is_cut, size_t n_other_letters)
{
    char cell[32];
    if (is_cut)
        printf("%s: read is what stands between its lines *** START and *** END\n", path);
    if (n_other_letters > 0)
        printf("%s: %s letters are not a to z; they are dropped, and part their words\n",
               path, with_commas(cell, n_other_letters));
}

// the words of one text as numbers of the dictionary, appended; apostrophes count inside
static void append_words(struct corpus *corpus, struct dictionary *dictionary,
                         const struct text *text)
{
    for (size_t at = 0, end; at < text->size; at = end + 1) {
        const char *start = text->bytes + at;
        for (end = at; end < text->size && is_letter(text->bytes[end]);)
            end++;
        size_t length = end - at;
        while (length > 0 && *start == '\'')
            start++, length--;
        while (length > 0 && start[length - 1] == '\'')
            length--;
        if (length == 0)
            continue;
        uint32_t number = number_of(dictionary, start, length);
        dictionary->words[number].count++;
        corpus->ids[corpus->n_words++] = number;
    }
}

// the more frequent word first; of equally frequent ones the first in the alphabet
static int compare_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    const size_t shorter = x->length < y->length ? x->length : y->length;
    const int order = memcmp(x->start, y->start, shorter);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

// the words that occur often enough, most frequent first; the others leave the text
static void choose_vocabulary(struct corpus *corpus, struct dictionary *dictionary)
{
    const size_t n_words = dictionary->n_words;
    uint32_t *id_of = allocate(n_words, sizeof *id_of);
    corpus->words = allocate(n_words, sizeof *corpus->words);
    memcpy(corpus->words, dictionary->words, n_words * sizeof *corpus->words);
    qsort(corpus->words, n_words, sizeof *corpus->words, compare_words);
    while (corpus->vocab_size < n_words && corpus->vocab_size < MOST_VOCAB &&
           corpus->words[corpus->vocab_size].count >= LEAST_COUNT)
        corpus->vocab_size++;
    corpus->counts = allocate(corpus->vocab_size, sizeof *corpus->counts);
    for (size_t v = 0; v < corpus->vocab_size; v++) {
        const struct word *word = &corpus->words[v];
        corpus->counts[v] = word->count;
        id_of[*find_slot(dictionary, word->start, word->length) - 1] = (uint32_t)v + 1;
    }
    const size_t first_end = corpus->first_end;
    for (size_t p = 0; p < corpus->n_words; p++) {
        if (p == first_end)
            corpus->first_end = corpus->n_ids;
        if (id_of[corpus->ids[p]] > 0)
            corpus->ids[corpus->n_ids++] = id_of[corpus->ids[p]] - 1;
    }
    if (first_end == corpus->n_words)
        corpus->first_end = corpus->n_ids;
    free(id_of);
}

static struct corpus open_corpus(const char *const *paths, size_t n_texts)
{
    struct corpus corpus = {.n_texts = n_texts};
    struct dictionary dictionary = {0};
    size_t bytes = 0, n_other_letters[N_NOVELS];
    bool is_cut[N_NOVELS];
    for (size_t n = 0; n < n_texts; n++) {
        corpus.texts[n] = read_text(paths[n]);
        to_lower_case(&corpus.texts[n]);
        is_cut[n] = cut_frame(&corpus.texts[n]);
        mend_apostrophes(&corpus.texts[n], &n_other_letters[n]);
        char *bytes_kept = realloc(corpus.texts[n].bytes, corpus.texts[n].size + 1);
        corpus.texts[n].bytes = bytes_kept ? bytes_kept : corpus.texts[n].bytes;
        bytes += corpus.texts[n].size;
    }
    corpus.ids = allocate(bytes / 2 + 1, sizeof *corpus.ids);
    for (size_t n = 0; n < n_texts; n++) {
        append_words(&corpus, &dictionary, &corpus.texts[n]);
        if (n == 0)
            corpus.first_end = corpus.n_words;
    }
    corpus.n_different = dictionary.n_words;
    choose_vocabulary(&corpus, &dictionary);
    if (corpus.n_ids < LEAST_WORDS || corpus.vocab_size < LEAST_DIFFERENT)
        give_up(1,
                "%s is too short: of its words of the letters a to z that occur %d times "
                "it holds %zu, %zu of them different, and %d and %d are the least",
                paths[0], LEAST_COUNT, corpus.n_ids, corpus.vocab_size, LEAST_WORDS,
                LEAST_DIFFERENT);
    for (size_t n = 0; n < n_texts; n++)
        print_cleaning(paths[n], is_cut[n], n_other_letters[n]);
    free(dictionary.words);
    free(dictionary.slots);
    return corpus;
}

static void close_corpus(struct corpus *corpus)
{
    for (size_t n = 0; n < corpus->n_texts; n++)
        free(corpus->texts[n].bytes);
    free(corpus->words);
    free(corpus->counts);
    free(corpus->ids);
}

/*
Small tools.
*/

// one sentence for whoever started the program, then the end of it
static _Noreturn void give_up(int status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("08_word2vec: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(status);
}

// carried over from chapter 3
// zeroed room for n things, at the start of a cache line
static void *allocate(size_t n, size_t size)
{
    const size_t bytes = (n * size / 64 + 1) * 64;
    void *room = aligned_alloc(64, bytes);
    if (!room)
        give_up(1, "there is no room for %zu bytes", bytes);
    return memset(room, 0, bytes);
}

// Random numbers: a counter that takes large steps, and a function that scrambles it. The
// state is the counter; equal states give equal numbers everywhere.
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

// from 0 up to, and not including, 1
static double random_unit(uint64_t *state)
{
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

// n numbers from -size to size
static void fill_random(float *out, size_t n, double size, uint64_t *state)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (float)(size * (2.0 * random_unit(state) - 1.0));
}

#ifdef __AVX512F__
enum { LANES = 16 };
#else
enum { LANES = 8 };
#endif

// 10 LANES multiplications and additions a round, on numbers that never leave the registers
static float multiply_add_rounds(size_t n_rounds, float x, const float *y)
{
    float s0[LANES] = {0}, s1[LANES] = {0}, s2[LANES] = {0}, s3[LANES] = {0},
          s4[LANES] = {0};
    float s5[LANES] = {0}, s6[LANES] = {0}, s7[LANES] = {0}, s8[LANES] = {0},
          s9[LANES] = {0};
    float sum = 0.0f;
    for (size_t n = 0; n < n_rounds; n++)
        for (size_t k = 0; k < LANES; k++) {
            s0[k] = multiply_add(s0[k], x, y[k]);
            s1[k] = multiply_add(s1[k], x, y[k]);
            s2[k] = multiply_add(s2[k], x, y[k]);
            s3[k] = multiply_add(s3[k], x, y[k]);
            s4[k] = multiply_add(s4[k], x, y[k]);
            s5[k] = multiply_add(s5[k], x, y[k]);
            s6[k] = multiply_add(s6[k], x, y[k]);
            s7[k] = multiply_add(s7[k], x, y[k]);
            s8[k] = multiply_add(s8[k], x, y[k]);
            s9[k] = multiply_add(s9[k], x, y[k]);
        }
    for (size_t k = 0; k < LANES; k++)
        sum +=
            s0[k] + s1[k] + s2[k] + s3[k] + s4[k] + s5[k] + s6[k] + s7[k] + s8[k] + s9[k];
    return sum;
}

// multiplications and additions a second, the best of several goes
static double measure_peak(void)
{
    const size_t n_rounds = 1000000;
    float y[LANES];
    double best = 0.0;
    for (size_t k = 0; k < LANES; k++)
        y[k] = 1e-6f * (float)k;
    for (int go = 0; go < 10; go++) {
        double start = seconds();
        volatile float sum = multiply_add_rounds(n_rounds, 0.999f, y);
        (void)sum;
        best = fmax(best, 20.0 * LANES * (double)n_rounds / (seconds() - start));
    }
    return best;
}
// end of what was carried over

// carried over from chapter 1
// a file for a picture of the chapter, or NULL where there is no place for it
static FILE *open_figure(const char *name)
{
    const char *chosen = getenv("FIGURES"), *folder = chosen ? chosen : "build/figures";
    char path[1024];
    int length = snprintf(path, sizeof path, "%s/%s.tsv", folder, name);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "w") : NULL;
}

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// 124439808 as 124,439,808
static const char *with_commas(char *out, uint64_t n)
{
    char digits[32], *end = out;
    int n_digits = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int k = 0; k < n_digits; k++) {
        *end++ = digits[k];
        if ((n_digits - 1 - k) % 3 == 0 && k != n_digits - 1)
            *end++ = ',';
    }
    *end = '\0';
    return out;
}
// end of what was carried over

static void live_line(const struct recipe *recipe, double done, double words_a_second)
{
    const char *live = getenv("LIVE");
    if (live && strcmp(live, "1") == 0)
        fprintf(stderr, "\rpass %.1f of %g  %.0f words/s  ", done * recipe->passes,
                recipe->passes, words_a_second);
}

static void plot_disguise(const struct comparison *of)
{
    FILE *figure = open_figure("word2vec-disguise");
    if (!figure)
        return;
    fprintf(figure, "# kind: scatter\n# title: Dot products against counts\n"
                    "# x: the urn's own PMI - ln k\n# y: dot product\n"
                    "x\ty\tlabel\tgroup\n");
    for (size_t k = 0; k < of->n_pairs; k += 1 + of->n_pairs / 600)
        fprintf(figure, "%.3f\t%.3f\t\t\n", of->own[k], of->scores[k]);
    fclose(figure);
}

/*
The benchmark: `make bench`. A training multiplies and it fetches rows, and each of the two has
a limit: the most products that the processor makes with everything in registers, and the rows
of a table that it can read and write in a second, one by one. Which one is nearer depends on
the machine, so what is judged is their sum.
*/

static void bench_line(const char *name, double value, const char *sign, double want)
{
    char cell[32];
    bool good = sign[0] == '<' ? value <= want : value >= want;
    snprintf(cell, sizeof cell, "~%.4f", value);
    printf("%-54s %9s   want %s %.2f   %s\n", name, cell, sign, want,
           good ? "ok" : "MISSED");
}

// bytes a second that memory gives and takes when rows of a large table are added to
static double measure_rows(const uint32_t *ids, size_t n_ids, size_t vocab_size)
{
    float *table = allocate(vocab_size * ROW, sizeof *table);
    double best = 0.0;
    for (size_t go = 0; go < 3; go++) {
        double start = seconds();
        for (size_t p = 0; p < n_ids; p++) {
            float *row = table + ids[p] * (size_t)ROW;
            for (size_t i = 0; i < ROW; i++)
                row[i] += 1.0f;
        }
        best =
            fmax(best, 2.0 * ROW * sizeof *table * (double)n_ids / (seconds() - start));
    }
    free(table);
    return best;
}

// places, and words in their windows, in one pass of a training
static void count_work(double *n_places, double *n_rows, const struct corpus *corpus,
                       const struct recipe *recipe)
{
    uint64_t *limits = keep_limits(corpus->counts, corpus->vocab_size, recipe->sample);
    uint32_t *left = allocate(corpus->n_ids, sizeof *left), window[2 * MOST_WINDOW];
    uint64_t state = recipe->seed + 1000;
    size_t n = throw_dice(left, corpus->ids, corpus->n_ids, limits, &state);
    *n_places = (double)n;
    *n_rows = 0.0;
    for (size_t p = 0; p < n; p++)
        *n_rows += (double)cut_window(window, left, n, p, recipe, &state);
    free(limits);
    free(left);
}

static double time_own(const struct corpus *corpus, const struct recipe *recipe)
{
    struct tables t = open_tables(corpus->vocab_size, recipe);
    uint64_t state = 2;
    double start = seconds();
    for (size_t go = 0; go < 100000; go++) {
        uint32_t drawn[N_OUT];
        for (size_t k = 0; k < N_OUT; k++)
            drawn[k] = corpus->ids[random_next(&state) % corpus->n_ids];
        own_step(&t, corpus->ids[random_next(&state) % corpus->n_ids], drawn,
                 recipe->n_noise, recipe->d_model, (float)recipe->rate);
    }
    double time = seconds() - start;
    close_tables(&t);
    return time / 100000.0;
}

static void show_bench(const struct corpus *corpus, const struct recipe *recipe)
{
    struct recipe one = *recipe;
    double n_places, n_rows, best = INFINITY;
    char cell[32];
    one.passes = 1.0;
    if (isnan(subsample_probability(1, 1, 1.0)) ||
        !unigram_sampler(&(uint32_t){0}, 1, &(uint64_t){1}, 1, 1.0)) {
        waits_for("8.1", "subsample_probability");
        waits_for("8.2", "unigram_sampler");
        return;
    }
    count_work(&n_places, &n_rows, corpus, recipe);
    for (int go = 0; go < 3; go++) {
        struct tables t = open_tables(corpus->vocab_size, recipe);
        double start = seconds();
        train(&t, corpus->ids, corpus->n_ids, corpus->counts, &one, false);
        best = fmin(best, seconds() - start);
        close_tables(&t);
    }
    const double work = 6.0 * ROW * N_OUT * n_rows; // three products, of sums and factors
    const double bytes = 2.0 * ROW * sizeof(float) * (n_rows + N_OUT * n_places);
    const double multiplying = work / measure_peak();
    const double fetching =
        bytes / measure_rows(corpus->ids, corpus->n_ids, corpus->vocab_size);
    printf("of a training: its products at the multiply-add peak ~%.2f, its rows ~%.2f\n",
           multiplying / best, fetching / best);
    bench_line("both limits, one after the other / training",
               (multiplying + fetching) / best, ">=", 0.20);
    double own = time_own(corpus, recipe);
    if (isnan(skipgram_step(&(float){0}, &(float){0}, &(float){0}, &(float){0}, 1, 1)))
        waits_for("8.3", "skipgram_step");
    else {
        snprintf(cell, sizeof cell, "~%.1f", own / (best / n_rows));
        printf("%-54s %9s   (why: see the chapter)\n",
               "your step, for a pair: times slower", cell);
    }
}

/*
## What you can change

The program takes settings: `build/08_word2vec window=2 power=1`, for example. Each has
a row in the table at the end of this section, and `build/08_word2vec settings` prints
them. The numbers in the text are those of the defaults. With `TEXT=path make chapter8`
it is your own text, up to 100 MB.

::: {.run passes="2"}
In this page a run reads the novels twice, not eight times, unless you ask for more: a
browser takes several times as long.
:::
*/

// carried over from chapter 1
// What may be changed has a row in a table; the last row has no name.
struct setting {
    const char *name;
    const char *kind;     // whole, number or text
    const char *standard; // the default, as one would type it
    double least, most;   // of a text: its length in bytes
    const char *help;
};

// the setting that an argument name=value is for, or NULL
static const struct setting *find_setting(const struct setting *table,
                                          const char *argument)
{
    size_t length = strcspn(argument, "=");
    for (const struct setting *s = table; argument[length] && s->name; s++)
        if (strlen(s->name) == length && strncmp(s->name, argument, length) == 0)
            return s;
    return NULL;
}

static bool setting_fits(const struct setting *setting, const char *value)
{
    char *end = NULL;
    bool is_text = strcmp(setting->kind, "text") == 0;
    bool is_whole = strcmp(setting->kind, "whole") == 0;
    double x = is_text ? (double)strlen(value) : strtod(value, &end);
    if (!is_text && (end == value || *end != '\0' || (is_whole && x != floor(x))))
        return false;
    return x >= setting->least && x <= setting->most;
}

// 0: the table is printed, for people and for programs
static int print_settings(const struct setting *table)
{
    for (const struct setting *s = table; s->name; s++)
        printf("%s\t%s\t%s\t%.15g\t%.15g\t%s\n", s->name, s->kind, s->standard, s->least,
               s->most, s->help);
    return 0;
}

// Looks at all arguments before anything runs. -1: they are good; else the exit code.
static int check_settings(const struct setting *table, char **args)
{
    for (; *args; args++) {
        const struct setting *s = find_setting(table, *args);
        if (s && !setting_fits(s, *args + strlen(s->name) + 1)) {
            fprintf(stderr, "%s= takes a %s from %.15g to %.15g%s: %s\n", s->name,
                    strcmp(s->kind, "whole") ? s->kind : "whole number", s->least,
                    s->most, strcmp(s->kind, "text") ? "" : " bytes", s->help);
            return 2;
        }
        if (!s && strcmp(*args, "settings") == 0)
            return print_settings(table);
        if (!s && strcmp(*args, "bench") != 0) {
            fprintf(stderr, "\"%s\" sets nothing; what can be set:", *args);
            for (s = table; s->name; s++)
                fprintf(stderr, " %s=", s->name);
            fprintf(stderr, "\n");
            return 2;
        }
    }
    return -1;
}

// the value of a setting as it was typed, the last one if it was typed twice
static const char *setting_text(const struct setting *table, char **args,
                                const char *name)
{
    const char *value = "";
    for (const struct setting *s = table; s->name; s++)
        if (strcmp(s->name, name) == 0)
            value = s->standard;
    for (; *args; args++)
        if (strncmp(*args, name, strlen(name)) == 0 && (*args)[strlen(name)] == '=')
            value = *args + strlen(name) + 1;
    return value;
}

static double setting_number(const struct setting *table, char **args, const char *name)
{
    return strtod(setting_text(table, args, name), NULL);
}
// end of what was carried over

static const struct setting settings[] = {
    {"seed", "whole", "1", 0, 1000000, "of everything random"},
    {"words", "text", "sunday darcy walked", 0, 400,
     "whose neighbours are looked up, with spaces between them"},
    {"window", "whole", "5", 1, 10, "words on each side, at most"},
    {"d", "whole", "100", 1, 112, "numbers in a row"},
    {"noise", "whole", "5", 1, 5, "words drawn for each place"},
    {"power", "number", "0.75", 0, 1, "of the counts, in the urn"},
    {"sample", "number", "0.001", 0, 1, "what is thrown away; 0: nothing"},
    {"rate", "number", "0.1", 0, 1, "the learning rate at the first step"},
    {"passes", "number", "8", 0.1, 100, "how often the text is read"},
    {"shared", "whole", "1", 0, 1, "0: each word of a window has noise of its own"},
    {"swapped", "whole", "0", 0, 1, "1: out begins random, and in with zeros"},
    {"shift", "number", "1", 0.01, 1000, "what positive PMI is shifted by: ln shift"},
    {"controls", "whole", "0", 0, 2, "1: six rates, 2: eight seeds, and nothing else"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static const char *missing_for_training(void)
{
    uint32_t slot = 0;
    uint64_t one = 1;
    float x = 0.0f, dx, dy;
    if (isnan(subsample_probability(1, 1, 1.0)))
        return "8.1";
    if (!unigram_sampler(&slot, 1, &one, 1, 1.0))
        return "8.2";
    return isnan(skipgram_step(&dx, &dy, &x, &x, 1, 1)) ? "8.3" : NULL;
}

static void wait_for_training(const char *exercise)
{
    const char *const functions[] = {"subsample_probability", "unigram_sampler",
                                     "skipgram_step"};
    waits_for(exercise, functions[exercise[2] - '1']);
}

static struct recipe read_recipe(char **args)
{
    return (struct recipe){
        .window = (size_t)setting_number(settings, args, "window"),
        .n_noise = (size_t)setting_number(settings, args, "noise"),
        .d_model = (size_t)setting_number(settings, args, "d"),
        .passes = setting_number(settings, args, "passes"),
        .rate = setting_number(settings, args, "rate"),
        .power = setting_number(settings, args, "power"),
        .sample = setting_number(settings, args, "sample"),
        .shared = setting_number(settings, args, "shared") > 0.0,
        .swapped = setting_number(settings, args, "swapped") > 0.0,
        .seed = (uint64_t)setting_number(settings, args, "seed"),
    };
}

// one training and one counting, measured
static void show_control(const char *name, const struct corpus *corpus,
                         const struct recipe *recipe)
{
    struct tables t = open_tables(corpus->vocab_size, recipe);
    size_t n_met, n_left;
    train(&t, corpus->ids, corpus->n_ids, corpus->counts, recipe, true);
    float *sum = sum_of_tables(&t);
    float *rows = count_and_squeeze(corpus, recipe, 1.0, &n_met, &n_left);
    printf("%-13s%7.1f%7.1f%7.1f%8.1f\n", name, measure(corpus, t.in).typical,
           measure(corpus, t.out).typical, measure(corpus, sum).typical,
           measure(corpus, rows).typical);
    fflush(stdout);
    free(sum);
    free(rows);
    close_tables(&t);
}

static void show_controls(const struct corpus *corpus, const struct recipe *recipe,
                          int which)
{
    const double rates[] = {0.025, 0.05, 0.1, 0.14, 0.17, 0.2};
    char name[32];
    heading(which == 1 ? "Six rates" : "Eight seeds");
    printf("%-13s%7s%7s%7s%8s\n", "typical rank", "in", "out", "sum", "counted");
    for (uint64_t k = 0; k < (which == 1 ? 6 : 8); k++) {
        struct recipe changed = *recipe;
        if (which == 1) {
            changed.rate = rates[k];
            snprintf(name, sizeof name, "rate %.3f", rates[k]);
        } else {
            changed.seed = recipe->seed + k;
            snprintf(name, sizeof name, "seed %" PRIu64, changed.seed);
        }
        show_control(name, corpus, &changed);
    }
}

static void show_chapter(const struct corpus *corpus, const struct recipe *recipe,
                         char **args)
{
    const char *words = setting_text(settings, args, "words");
    const char *missing = missing_for_training();
    show_subsampling(corpus, recipe->sample);
    show_sampler(corpus, recipe->power);
    show_step();
    show_company(corpus, recipe, words); // before what takes longer
    if (missing) {
        heading("Training on six novels");
        wait_for_training(missing);
        show_tiny();
        return;
    }
    struct tables t = open_tables(corpus->vocab_size, recipe);
    show_own_training(corpus, recipe);
    show_training(&t, corpus, recipe, words);
    show_narrow_window(corpus, recipe, words);
    show_counting(corpus, recipe, setting_number(settings, args, "shift"), t.in, words);
    show_tiny();
    show_disguise(corpus, recipe);
    close_tables(&t);
}

int main(int argc, char **argv)
{
    static const char *const novels[N_NOVELS] = {
        "chapters/data/austen/emma.txt",
        "chapters/data/austen/mansfieldpark.txt",
        "chapters/data/austen/northangerabbey.txt",
        "chapters/data/austen/persuasion.txt",
        "chapters/data/austen/prideprejudice.txt",
        "chapters/data/austen/sensesensibility.txt",
    };
    char **args = argc > 0 ? argv + 1 : argv;
    int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const char *path = getenv("TEXT");
    const bool own_text = path && *path;
    struct corpus corpus =
        own_text ? open_corpus(&path, 1) : open_corpus(novels, N_NOVELS);
    const struct recipe recipe = read_recipe(args);
    const int controls = (int)setting_number(settings, args, "controls");
    const char *missing = missing_for_training();
    show_corpus(&corpus, own_text ? path : "Jane Austen, six novels");
    if (*args && strcmp(*args, "bench") == 0)
        show_bench(&corpus, &recipe);
    else if (controls > 0 && missing)
        wait_for_training(missing);
    else if (controls > 0)
        show_controls(&corpus, &recipe, controls);
    else
        show_chapter(&corpus, &recipe, args);
    close_corpus(&corpus);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="8.1"}
Of the four numbers 1, count, total and sample: which two make f, and what does the
formula give when f is much smaller than sample?
:::

::: {.hint exercise="8.1"}
With $f = \mathrm{count} / \mathrm{total}$ and $s$ the sample: $p = (\sqrt{f / s} + 1)
\cdot s / f$, and 1 if that is more, or if $s = 0$.
:::

::: {.hint exercise="8.1"}
First the refusals: count 0, count above total, and `!(sample >= 0)`, which is also true
for a NaN. Then the sample 0, which would divide by 0. Turn both counts into `double`
before you divide them. Then the formula, and a comparison with 1.
:::

::: {.hint exercise="8.2"}
As you go along the slots from first to last, can the word ever go back?
:::

::: {.hint exercise="8.2"}
With $c_v = \mathrm{counts}_v^{\mathrm{power}}$ and $C$ their sum: slot $s$ belongs to
the smallest $v$ with $c_0 + \dots + c_v > (s + 0.5) / n \cdot C$.
:::

::: {.hint exercise="8.2"}
One loop adds up all `pow((double)counts[v], power)` of the words whose count is not 0.
Return `false` if nothing was added, or if the power is not good. Then one loop over the
slots, with `v` and the sum of the shares up to and with `v` kept from slot to slot:
`while` the sum is not above `(s + 0.5) / n_slots * total` and `v` is not the last word,
go to the next `v` and add its share. Write `v`.
:::

::: {.hint exercise="8.3"}
For which sign of the score does `exp(-z)` overflow, and what is the sigmoid of z in
terms of `exp(z)` there?
:::

::: {.hint exercise="8.3"}
$-\ln \sigma(z) = \max(-z, 0) + \ln(1 + e^{-|z|})$; and $\sigma(z) = 1 / (1 + e^{-z})$,
which `double` can bear for every $z$: at worst $e^{-z}$ is infinite, and the answer is
0.
:::

::: {.hint exercise="8.3"}
Return NAN if there are no outputs. Set `dcenter` to zeros. For each row k: sum the
score in a `double`. Turn its sign for k = 0, so that a large score is bad in every row:
add `fmax(z, 0) + log1p(exp(-fabs(z)))` to the loss. With the old sign, g is the
sigmoid, minus 1 for k = 0. Then one loop over i adds `g * outputs[k][i]` to
`dcenter[i]` and sets `doutputs[k][i]` to `g * center[i]`.
:::

::: {.hint exercise="8.4"}
Which three sums do you need before you can write the first number?
:::

::: {.hint exercise="8.4"}
With $r_w = \sum_c n_{wc}$, $s_c = \sum_w n_{wc}$ and $N = \sum_w r_w$:
$\mathrm{out}_{wc} = \ln (n_{wc} N / (r_w s_c))$, and $-\infty$ where $n_{wc} = 0$.
:::

::: {.hint exercise="8.4"}
First look at all counts and return `false` at one that is not good. For the sums of the
columns you need an array as long as a row (`calloc`, and `free` at the end). Add each
count to its column's sum and to N. Then, row by row: one loop for the sum of the row, and
one that writes `logf` or `(float)log` of the quotient, with `-INFINITY` where the count
is 0.
:::

::: {.hint exercise="8.5"}
How does one look for the largest of some numbers, and what does that loop do when one
of them is NaN?
:::

::: {.hint exercise="8.5"}
With $z_{wc} = \sum_i \mathrm{in}_{wi} \, \mathrm{out}_{ci}$: the largest
$|z_{wc} - (\mathrm{pmi}_{wc} - \ln k)|$ of all $w$, $c$ with $\mathrm{pmi}_{wc} > -\infty$.
:::

::: {.hint exercise="8.5"}
Return NAN if k is not good. Two loops over w and c; skip the pair if its PMI is
`-INFINITY`. A third loop sums the dot product in a `double`. If the gap `isnan`, return
it at once; else keep it if it is larger than the largest so far, which begins as 0.
:::
*/
