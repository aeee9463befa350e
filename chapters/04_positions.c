/*
# How does a model know the order of its tokens: table, sinusoid, or RoPE? {#positions}

Two headlines: *dog bites man* and *man bites dog*. Same three words, so the same
three rows of the table: a lookup reads rows and forgets where each word stood.
Somewhere between the table and the answer a language model must put the order
back. This chapter asks where, and how well.

We start with the part of a transformer that lets tokens talk to each other, the
attention head, and show with exact zeros that it cannot see order at all. Then we
build the three remedies that you will meet in real models: a learned table of
positions (GPT-2), a fixed table of sines and cosines (the first transformer), and
rotations (RoPE, in most of today's models). At the end three tiny models, equal in
everything but this, are trained on sequences of 16 tokens and tested on 64. What
happens after token 16 is not what most explanations promise.

You need no other chapter for this one. A token is an id, an id picks a row of the
table `wte [vocab_size][d_model]`, and a sequence of `n_tokens` ids becomes a matrix
`x [n_tokens][d_model]`, one row a token. That is all we assume.

The program uses the C library and nothing else. `EXERCISE` marks a function that
you write: it is weak, so that a finished version can take its place at link time.
*/

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXERCISE __attribute__((weak))

static const double PI = 3.14159265358979323846;

static void heading(const char *title)
{
    printf("\n== %s\n", title);
}

static void waits_for(const char *exercise, const char *function)
{
    printf("waits for exercise %s, %s (make hint E=%s)\n", exercise, function, exercise);
}

// the largest |a[i] - b[i]|
static double largest_gap(const float *a, const float *b, size_t n)
{
    double gap = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double here = fabs((double)a[i] - b[i]);
        if (here > gap)
            gap = here;
    }
    return gap;
}

static double length_of(const float *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * x[i];
    return sqrt(sum);
}

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (memory == NULL) {
        fprintf(stderr, "04_positions: there is no memory for %zu bytes\n", bytes);
        exit(1);
    }
    return memory;
}

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// a file for a picture of the chapter, or NULL where there is no place for it
static FILE *open_figure(const char *name)
{
    const char *folder = getenv("FIGURES");
    char path[1024];
    int length =
        snprintf(path, sizeof path, "%s/%s.tsv", folder ? folder : "build/figures", name);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "w") : NULL;
}

/*
## A head asks, and every token answers

In an attention head each token holds three vectors of `d_head` numbers. Its
**query** says what it looks for. Its **key** says what it offers. Its **value** is
what it hands over. Stacked, they are three matrices `q`, `k`, `v`, each
`[n_tokens][d_head]`. In a trained model three learned matrices make them from `x`; the
head does not ask where they come from.

Take three words with two numbers each, and let every word use its own row as
query, key and value:

| word | row |
|---|---|
| dog | 1, 0 |
| bites | 0, 2 |
| man | 1, 1 |

*dog* compares its query with every key by a dot product: 1 with itself, 0 with
*bites*, 1 with *man*. These **scores** are divided by the square root of
`d_head`, here √2, which gives 0.7071, 0, 0.7071. (The sum of more products is
larger; the root keeps the size of a score the same for narrow and wide heads.) The
**softmax** makes them into shares that sum to 1: the exponentials are 2.0281, 1,
2.0281, their sum is 5.0563, the shares are 0.4011, 0.1978, 0.4011. The output for
*dog* is the values mixed in those shares:

$$0.4011\,(1, 0) + 0.1978\,(0, 2) + 0.4011\,(1, 1) = (0.8022,\ 0.7967).$$

In symbols, with $t$ the position of the token that asks and $s$ the position of
one that answers,

$$a_{ts} = \frac{\exp(q_t \cdot k_s / \sqrt{d})}{\sum_{r} \exp(q_t \cdot k_r / \sqrt{d})},
\qquad \mathrm{out}_t = \sum_s a_{ts}\, v_s .$$

That is one head, complete. A GPT adds one rule, the **causal mask**: token $t$
hears only positions $s \le t$, because at generation time the later ones do not
exist yet.

One care in the arithmetic: `expf(89)` is already infinite in `float`. Subtract the
row's largest score from all of them first. The shares are the same, since the
factor $e^{-\max}$ cancels, and no exponential exceeds 1.
*/

/*
## Exercise 4.1: one attention head {#attention-forward .exercise}

Everything in this chapter passes through this function: the shuffle experiment
comes right after it, and the models at the end are trained with it. So it also
hands out the shares, as `att`: we draw them, and the gradient needs them.

Write the shares to `att [n_tokens][n_tokens]`, row $t$ for the token that asks,
and the mixed values to `out [n_tokens][d_head]`. Divide by $\sqrt{d_{head}}$,
subtract the largest score, and if `causal` is true let token $t$ hear only the
positions 0 to $t$; the shares of later positions are then exactly 0, and they are
written. What a token does not hear cannot reach it, however large the later keys are,
and not even if a later value is NaN or infinite: 0 times NaN is NaN. Every key that is
heard counts, however small its share. Add in `double` if you can: the zeros of the next
experiment are exact then.

By hand, with the mask on: *dog* hears only itself, so its shares are 1, 0, 0 and
its output is its own value, (1, 0). *bites* has the scores 0 with *dog* and
4 / √2 = 2.8284 with itself; the shares are 0.0558, 0.9442, 0, and the output is
0.0558 (1, 0) + 0.9442 (0, 2) = (0.0558, 1.8884). *man* hears everybody, as without
a mask: (0.5989, 1.2033).
*/

// att[t][s] = exp(q[t].k[s] / sqrt(d_head)) / sum over r of exp(q[t].k[r] / sqrt(d_head))
// out[t][i] = sum over s of att[t][s] v[s][i]          causal: only positions s, r <= t
//   out, q, k, v [n_tokens][d_head]   att [n_tokens][n_tokens], 0 where not heard
// false, and both outputs untouched, if n_tokens or d_head is 0
EXERCISE bool attention_forward(float *out, float *att, const float *q, const float *k,
                                const float *v, size_t n_tokens, size_t d_head,
                                bool causal)
{
    // your code here
    (void)out, (void)att, (void)q, (void)k, (void)v, (void)n_tokens, (void)d_head,
        (void)causal;
    return false;
}

/*
## Shuffle the words

::: belief
"Self-attention is permutation-invariant: it treats all positions equally." You
can read this in many introductions, and the intent is right. The word is not.
**Invariant** would mean that a shuffled input gives the same output. Let us
measure.
:::

Write $P$ for a shuffle, so that $P X$ holds the rows of $X$ in another order. There
are three things to compare, and the program prints the largest difference of each,
for all six orders of our three words:

- the output *matrix* before and after, $\mathrm{att}(PX)$ and $\mathrm{att}(X)$:
  equal if the head is invariant;
- the outputs *word by word*, $\mathrm{att}(PX)$ and $P\,\mathrm{att}(X)$: what *dog*
  gets in one order and what the same *dog* gets in the other;
- the same word by word, with the causal mask on.

::: predict
Before you look: which of the three columns will be zero? In which order of the
words must even the third be zero?
:::
*/

enum { N_WORDS = 3, N_ORDERS = 6 };

static const char *const words[N_WORDS] = {"dog", "bites", "man"};
static const float word_rows[N_WORDS * 2] = {1, 0, 0, 2, 1, 1};
static const size_t orders[N_ORDERS][N_WORDS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                                 {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

// out[t] = rows[order[t]], rows of two numbers
static void arrange(float *out, const float *rows, const size_t *order)
{
    for (size_t t = 0; t < N_WORDS; t++)
        memcpy(out + 2 * t, rows + 2 * order[t], 2 * sizeof *out);
}

// the head with q = k = v = x: nothing learned, nothing hidden
static bool attend_plainly(float *out, const float *x, bool causal)
{
    float att[N_WORDS * N_WORDS];
    return attention_forward(out, att, x, x, x, N_WORDS, 2, causal);
}

// largest |att(P X) - P att(X)|: does a word get the same wherever it stands?
static double gap_by_word(const float *x, const size_t *order, bool causal)
{
    float shuffled[N_WORDS * 2], moved[N_WORDS * 2];
    float out[N_WORDS * 2], out_shuffled[N_WORDS * 2];
    arrange(shuffled, x, order);
    if (!attend_plainly(out, x, causal) ||
        !attend_plainly(out_shuffled, shuffled, causal))
        return NAN;
    arrange(moved, out, order);
    return largest_gap(out_shuffled, moved, N_WORDS * 2);
}

// largest |att(P X) - att(X)|: is the output the same matrix?
static double gap_of_matrices(const float *x, const size_t *order)
{
    float shuffled[N_WORDS * 2], out[N_WORDS * 2], out_shuffled[N_WORDS * 2];
    arrange(shuffled, x, order);
    if (!attend_plainly(out, x, false) || !attend_plainly(out_shuffled, shuffled, false))
        return NAN;
    return largest_gap(out_shuffled, out, N_WORDS * 2);
}

// causal: the largest change of the first two outputs when the last word is another
static double gap_of_the_past(void)
{
    float other[N_WORDS * 2], out[N_WORDS * 2], out_other[N_WORDS * 2];
    memcpy(other, word_rows, sizeof other);
    other[4] = -3.0f, other[5] = 7.0f;
    if (!attend_plainly(out, word_rows, true) || !attend_plainly(out_other, other, true))
        return NAN;
    return largest_gap(out, out_other, 4);
}

static double gap_of_means(void)
{
    float shuffled[N_WORDS * 2], out[N_WORDS * 2], out_shuffled[N_WORDS * 2];
    arrange(shuffled, word_rows, orders[5]);
    if (!attend_plainly(out, word_rows, false) ||
        !attend_plainly(out_shuffled, shuffled, false))
        return NAN;
    double gap = 0.0;
    for (size_t i = 0; i < 2; i++) {
        double sum = 0.0, sum_shuffled = 0.0;
        for (size_t t = 0; t < N_WORDS; t++) {
            sum += (double)out[2 * t + i];
            sum_shuffled += (double)out_shuffled[2 * t + i];
        }
        gap = fmax(gap, fabs(sum - sum_shuffled) / N_WORDS);
    }
    return gap;
}

static void show_shuffle(void)
{
    float out[N_WORDS * 2];
    heading("A head that cannot see order");
    if (!attend_plainly(out, word_rows, false)) {
        waits_for("4.1", "attention_forward");
        return;
    }
    printf("                    largest difference from \"dog bites man\"\n");
    printf("order                 as a matrix    word by word    word by word, causal\n");
    for (size_t o = 0; o < N_ORDERS; o++) {
        const size_t *order = orders[o];
        printf("%-5s %-5s %-5s     %-15.6g%-16.6g%.6g\n", words[order[0]],
               words[order[1]], words[order[2]], gap_of_matrices(word_rows, order),
               gap_by_word(word_rows, order, false), gap_by_word(word_rows, order, true));
    }
    printf("\"bites\" gets %.4f %.4f in all six orders (no mask)\n", (double)out[2],
           (double)out[3]);
    printf("the mean of the three outputs moves by %.6g\n", gap_of_means());
    printf("causal, another last word: the first two outputs move by %.6g\n",
           gap_of_the_past());
}

/*
::: {.output section="A head that cannot see order"}
:::

The first column is not zero: for *man dog bites* the largest entry is
[0.925866]{.n section="A head that cannot see order"}. So the head is not
invariant. The second column is zero, and exactly: shuffle the words and the
outputs are shuffled along, every word keeping its own. The name for that is
**equivariant**: $\mathrm{att}(PX) = P\,\mathrm{att}(X)$. For a reader of
headlines it is just as bad. *bites* gets the same two numbers whether the dog
bites the man or the man bites the dog, so nothing that is computed from them can
tell the two apart. What *is* invariant is the mean of the outputs: a model that
averages its tokens at the end has lost the order for good.

Why the zero? Look at the formula. Positions $s$ and $t$ appear only as names of
rows, and a sum does not ask in which order its terms come.

The third column holds a surprise of its own. With a causal mask a word's output
*does* depend on the order, by up to
[0.5]{.n section="A head that cannot see order"} in *man dog bites*, and nobody
added a position anywhere. The mask itself breaks the symmetry: the first token
hears one voice, the second hears two. So the statement "transformers cannot see
order without positional encoding" is false for a GPT. Causal models trained with
no positions at all come close to ordinary ones [@haviv2022], and can in principle
recover both absolute and relative positions [@kazemnejad2023]. They need several
layers for that, to count first and to compare after. One layer, as we will
measure, cannot do it.

And the last line: change the last word, and the outputs before it move by exactly
0. That is the mask's promise.

## Remedy one: a table of positions

The first remedy treats a position like a token: give it a row. GPT-2 has a second
table, `wpe [1024][768]`, that is trained like the first, and its very first
operation is

$$x_t = \mathrm{wte}[\mathrm{id}_t] + \mathrm{wpe}[t].$$

Now *dog* at position 0 and *dog* at position 2 are different vectors before the
head sees them. The cost is 1,024 × 768 =
[786,432]{.n section="One row for each position"} parameters, about 0.6% of GPT-2's.
The catch is in the shape: there is no row 1,024. A GPT-2 cannot read a 1,025th
token, not badly but not at all.
*/

/*
## Exercise 4.2: add the rows of positions {#add-positions .exercise}

Everything that uses a table, the learned one and the fixed one of the next
section, uses this function. Add row $t$ of `wpe` to row $t$ of `x`, in place. If
there are more tokens than rows, refuse: return false and leave *all* of `x` as it
was. As many tokens as rows is fine. Rows of `wpe` past the last token are not used. No
tokens, or rows of no numbers, are no error: there is nothing to do, and you return
true.

By hand, for our three words and a table with four rows:

| $t$ | `x` before | `wpe[t]` | `x` after |
|---|---|---|---|
| 0 | 1, 0 | 0.1, 0.2 | 1.1, 0.2 |
| 1 | 0, 2 | 0.3, 0.4 | 0.3, 2.4 |
| 2 | 1, 1 | 0.5, 0.6 | 1.5, 1.6 |
| 3 | | 0.7, 0.8 | |
*/

// x[t][i] += wpe[t][i]
//   x [n_tokens][d_model]   wpe [max_seq_len][d_model]
// false, and x untouched, if n_tokens is larger than max_seq_len; sizes of 0 are no error
EXERCISE bool add_positions(float *x, const float *wpe, size_t n_tokens,
                            size_t max_seq_len, size_t d_model)
{
    // your code here
    (void)x, (void)wpe, (void)n_tokens, (void)max_seq_len, (void)d_model;
    return false;
}

static const float small_wpe[4 * 2] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f};

// what the three words get, in this order, when each row has its position added
static bool attend_with_table(float *out, const size_t *order)
{
    float x[N_WORDS * 2];
    arrange(x, word_rows, order);
    return add_positions(x, small_wpe, N_WORDS, 4, 2) && attend_plainly(out, x, false);
}

static void show_table(void)
{
    float out[N_WORDS * 2], x[5 * 2] = {0};
    heading("One row for each position");
    printf("GPT-2's table: 1,024 positions x 768 = %d parameters\n", 1024 * 768);
    if (!add_positions(x, small_wpe, 4, 4, 2)) {
        waits_for("4.2", "add_positions");
        return;
    }
    for (size_t o = 0; o < N_ORDERS; o += 5)
        if (attend_with_table(out, orders[o]))
            printf("%s: \"bites\" gets %.4f %.4f\n",
                   o ? "man bites dog" : "dog bites man", (double)out[2], (double)out[3]);
    printf("a table of 4 rows: 4 tokens accepted, 5 tokens %s\n",
           add_positions(x, small_wpe, 5, 4, 2) ? "ACCEPTED" : "refused");
}

/*
::: {.output section="One row for each position"}
:::

*bites* now knows. It stands in the middle of both headlines, hears the same three
words, and gets different numbers: who stood first made the difference.
*/
/*
## Remedy two: a table that nobody trains

Why learn the table? The first transformer used a fixed one [@vaswani2017, sec.
3.5]. Think of a row of clocks. The first hand turns one radian a token. The next
turns more slowly, the next more slowly still, each by the same factor. A position
is then the reading of all the hands, and of each hand we write down two numbers,
the sine and the cosine of its angle.

For `d_model` = 4 there are two hands. Hand 0 turns by 1 radian a token, hand 1 by
0.01. At position 2 they stand at 2 and 0.02 radians, so row 2 is

$$(\sin 2,\ \cos 2,\ \sin 0.02,\ \cos 0.02) = (0.9093,\ -0.4161,\ 0.0200,\ 0.9998).$$

In general hand $i$ of $d/2$ turns by $\theta_i = 10000^{-2i/d}$ radians a token:

$$P_{p,\,2i} = \sin(p\,\theta_i), \qquad P_{p,\,2i+1} = \cos(p\,\theta_i).$$

The speeds run from 1 down to almost 1/10,000, so one full turn takes from
$2\pi = 6.28$ tokens to almost 62,832. Mind the exponent: $i$ counts *pairs*, so
that pair 1 of `d_model` = 4 has $2i/d = 2/4$ and speed $10000^{-1/2} = 0.01$.
*/

/*
## Exercise 4.3: sines and cosines {#sinusoidal-table .exercise}

Fill the whole table, rows 0 to `max_seq_len` - 1. Each pair of columns belongs to
one hand: the sine in the even column, the cosine in the odd one after it. Work out
the angle in `double` and round at the end; positions grow, and a `float` near
100,000 is only good to 0.008 radians. An odd `d_model` would leave a sine without
its cosine, and 0 leaves no hand at all: refuse both. A table of no rows is no error.

By hand, `d_model` = 4: row 0 is 0, 1, 0, 1 (every hand at its start), row 1 is
0.8415, 0.5403, 0.0100, 1.0000, and row 2 stands above.
*/

// wpe[p][2i] = sin(p theta_i)   wpe[p][2i+1] = cos(p theta_i)   theta_i = 10000^(-2i/d_model)
//   wpe [max_seq_len][d_model]   i counts pairs: 0 ... d_model/2 - 1
// false, and wpe untouched, if d_model is 0 or odd; max_seq_len 0 is no error
EXERCISE bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
{
    // your code here
    (void)wpe, (void)max_seq_len, (void)d_model;
    return false;
}

/*
Two questions to the finished table. First: how alike are two rows? We take dot
products of rows that lie 4 apart, early and late, forwards and backwards.

Second, the reason why the inventors chose sines: they hoped that a model would
easily learn to attend by relative position, because row $p + k$ is a fixed linear
function of row $p$. Which one? Every hand moves on by $k\theta_i$, whatever it
showed before. So the pair turns, by an angle that depends on $k$ and not on $p$.

::: predict
P(50)·P(54) looks 4 to the right, P(50)·P(46) looks 4 to the left. Which is larger?
:::
*/

enum { SINE_ROWS = 1024, SINE_WIDTH = 16 };

static double row_dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

// largest |wpe[p + k] - (every pair of wpe[p] moved on by k)|
static double gap_of_moved_rows(const float *wpe, size_t k)
{
    double gap = 0.0;
    for (size_t i = 0; i < SINE_WIDTH / 2; i++) {
        const double angle = (double)k * pow(10000.0, -2.0 * (double)i / SINE_WIDTH);
        for (size_t p = 0; p + k < SINE_ROWS; p++) {
            const float *now = wpe + p * SINE_WIDTH + 2 * i;
            const float *later = now + k * SINE_WIDTH;
            const double sine = (double)now[0] * cos(angle) + (double)now[1] * sin(angle);
            const double cosine =
                (double)now[1] * cos(angle) - (double)now[0] * sin(angle);
            gap = fmax(gap, fmax(fabs(sine - (double)later[0]),
                                 fabs(cosine - (double)later[1])));
        }
    }
    return gap;
}

enum { ROWS_DRAWN = 65, WIDTH_DRAWN = 32, MIDDLE = 32 };

// Picture: the first 64 rows of a table of 32 columns.
static void draw_sinusoid(const float *wpe)
{
    FILE *file = open_figure("sinusoid-table");
    if (file == NULL)
        return;
    fprintf(file, "# kind: heat\n# title: The fixed table: 64 positions, 16 hands\n"
                  "# x: column\n# y: position\n# diverging: yes\n");
    for (size_t i = 0; i < WIDTH_DRAWN; i++)
        fprintf(file, "\t%zu", i);
    for (size_t p = 0; p < 64; p++) {
        fprintf(file, "\n%zu", p);
        for (size_t i = 0; i < WIDTH_DRAWN; i++)
            fprintf(file, "\t%.3f", (double)wpe[p * WIDTH_DRAWN + i]);
    }
    fprintf(file, "\n");
    fclose(file);
}

// Picture: the dot product of row 32 with every row.
static void draw_sinusoid_dots(const float *wpe)
{
    FILE *file = open_figure("sinusoid-dots");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: P(32) . P(32 + k)\n# x: k (tokens)\n"
                  "# y: dot product\nk\tP(32) . P(32 + k)\n");
    for (size_t p = 0; p < ROWS_DRAWN; p++)
        fprintf(file, "%d\t%.4f\n", (int)p - MIDDLE,
                row_dot(wpe + MIDDLE * WIDTH_DRAWN, wpe + p * WIDTH_DRAWN, WIDTH_DRAWN));
    fclose(file);
}

// Two questions to the rows of a longer table, of width 16.
static void question_rows(float *wpe)
{
    static const size_t pairs[3][2] = {{3, 7}, {50, 54}, {50, 46}};
    sinusoidal_table(wpe, SINE_ROWS, SINE_WIDTH);
    printf("d_model = 16:");
    for (size_t i = 0; i < 3; i++)
        printf("  P(%zu).P(%zu) %.4f", pairs[i][0], pairs[i][1],
               row_dot(wpe + pairs[i][0] * SINE_WIDTH, wpe + pairs[i][1] * SINE_WIDTH,
                       SINE_WIDTH));
    printf("\nevery P(p + 4) is P(p) with its pairs turned: largest difference %.6f\n",
           gap_of_moved_rows(wpe, 4));
}

static void show_sinusoid(void)
{
    float small[4 * 4];
    heading("A table that nobody trains");
    if (!sinusoidal_table(small, 4, 4)) {
        waits_for("4.3", "sinusoidal_table");
        return;
    }
    printf("d_model = 4        sin p   cos p   sin p/100  cos p/100\n");
    for (size_t p = 0; p < 4; p++)
        printf("position %zu      %7.4f %7.4f     %7.4f    %7.4f\n", p,
               (double)small[4 * p], (double)small[4 * p + 1], (double)small[4 * p + 2],
               (double)small[4 * p + 3]);
    float *wpe = allocate(SINE_ROWS * SINE_WIDTH * sizeof *wpe);
    question_rows(wpe);
    sinusoidal_table(wpe, ROWS_DRAWN, WIDTH_DRAWN);
    draw_sinusoid(wpe);
    draw_sinusoid_dots(wpe);
    free(wpe);
}

/*
::: {.output section="A table that nobody trains"}
:::

![The fixed table, one row a position. Read a column from top to bottom: on the left
the hands race, on the right they have hardly moved in 64 tokens.](figure:sinusoid-table){#fig-sinusoid-table}

Position 3 and 7, 50 and 54: the same number,
[5.5597]{.n section="A table that nobody trains"}. The dot product depends on the
distance and not on the place. And 50 and 46: the same number again. The dot
product is $\sum_i \cos(k\theta_i)$, and the cosine of $k$ equals that of $-k$. By
itself the table **cannot tell left from right** (the picture below is a mirror
image). What saves it are the matrices that make queries and keys: they can learn to
turn a row by 3 tokens before it is compared, and *"which row lies 3 to the left?"*
has one answer.

![How like position 32 are the others? Look for the symmetry: 10 to the left is as
near as 10 to the right.](figure:sinusoid-dots){#fig-sinusoid-dots}

The authors found their fixed table and a learned one "nearly identical" in quality,
and kept the fixed one because it *may* let the model go on past the lengths seen in
training [@vaswani2017, sec. 3.5]. The table certainly goes on: it has a row for
position 1,000,000. Whether the *model* goes on is another question, and the models
at the end answer it.

## Remedy three: turn the pairs

Both remedies add something to the token. The third leaves the token alone and turns
its query and key: rotary position embedding, **RoPE** [@su2021].

Split the `d_head` numbers of a query into pairs and take each pair as a point in
the plane. At position $p$ turn pair $i$ by the angle $p\,\theta_i$, with the same
speeds $\theta_i$ as before: fast dials, slow dials. Turning a point $(a, b)$ by an
angle $\varphi$ gives

$$(a\cos\varphi - b\sin\varphi,\ \ a\sin\varphi + b\cos\varphi).$$

Keys are turned the same way. Values are not: a value is what a token says, and that
need not depend on where it stands.

What is this good for? A dot product does not change when both vectors turn by the
same angle. Turn the query by $m\theta$ and the key by $n\theta$: what counts is the
difference, $(n - m)\theta$. So although every vector is turned by its *absolute*
position, the score sees only the *distance*. And turning keeps lengths, so nothing
grows or fades.

Sines and cosines are slow, and every layer and every head needs the same ones. So
they are computed once, into two tables with one row a position and one column a
pair: `cosines` and `sines`, both `[n_positions][d_head / 2]`.
*/

// cosines[p][i] = cos(p theta_i)   sines[p][i] = sin(p theta_i)   theta_i = base^(-2i/d_head)
//   cosines, sines [n_positions][d_head / 2]
static void rope_table(float *cosines, float *sines, size_t n_positions, size_t d_head,
                       double base)
{
    const size_t n_pairs = d_head / 2;
    for (size_t i = 0; i < n_pairs; i++) {
        const double frequency = pow(base, -2.0 * (double)i / (double)d_head);
        for (size_t p = 0; p < n_positions; p++) {
            cosines[p * n_pairs + i] = (float)cos((double)p * frequency);
            sines[p * n_pairs + i] = (float)sin((double)p * frequency);
        }
    }
}

/*
## Exercise 4.4: turn neighbours {#rope-interleaved .exercise}

Which numbers form a pair? The RoPE paper pairs neighbours: dimensions (0, 1), (2, 3),
and so on. Turn every pair of `x` in place. A transformer has several heads, so `x`
is `[n_tokens][n_heads][d_head]`: token by token, head by head. All heads of token
$t$ use row $t$ of the tables. Multiply by what the tables hold, whatever it is: some
models put a factor into them, so they need not be a cosine and its sine. No tokens or
no heads are no error.

To turn a single vector at position $p$, a caller passes one token and the addresses
of row $p$. That is why there is no argument for the position.

By hand: $x = (1, 2, 3, 4)$ at position 1, base 10,000. The speeds are 1 and 0.01.
The pair (1, 2) turns by 1 radian, with cosine 0.5403 and sine 0.8415:
$1 \cdot 0.5403 - 2 \cdot 0.8415 = -1.1426$ and
$1 \cdot 0.8415 + 2 \cdot 0.5403 = 1.9221$. The pair (3, 4) turns by 0.01 radian and
becomes (2.9599, 4.0298). Keep the old values at hand: you overwrite the first number
of a pair while the second still needs it.
*/

// a = x[t][h][2i], b = x[t][h][2i+1]; c, s = cosines[t][i], sines[t][i]
// x[t][h][2i] = a c - b s   x[t][h][2i+1] = a s + b c
//   x [n_tokens][n_heads][d_head]   cosines, sines [n_tokens][d_head / 2]
// false, and x untouched, if d_head is 0 or odd; n_tokens or n_heads 0 is no error
EXERCISE bool rope_interleaved(float *x, const float *cosines, const float *sines,
                               size_t n_tokens, size_t n_heads, size_t d_head)
{
    // your code here
    (void)x, (void)cosines, (void)sines, (void)n_tokens, (void)n_heads, (void)d_head;
    return false;
}

/*
## Exercise 4.5: turn halves {#rope-half-split .exercise}

Many libraries pair differently: the first half of the head with the second, so that
for `d_head` = 4 the pairs are (0, 2) and (1, 3), and in general $i$ goes with
$i + d_{head}/2$. Vector units like that better, since both members of neighbouring
pairs lie in a row. You will need both, because the next section mixes them up. All the
rest is as in exercise 4.4.

By hand, the same $x = (1, 2, 3, 4)$ at position 1: the pair (1, 3) turns by 1 radian
and becomes (-1.9841, 2.4624); the pair (2, 4) turns by 0.01 and becomes
(1.9599, 4.0198). Each number goes back to its own place, so the result is
(-1.9841, 1.9599, 2.4624, 4.0198).
*/

// a = x[t][h][i], b = x[t][h][i + d_head/2]; c, s = cosines[t][i], sines[t][i]
// x[t][h][i] = a c - b s   x[t][h][i + d_head/2] = a s + b c
//   x [n_tokens][n_heads][d_head]   cosines, sines [n_tokens][d_head / 2]
// false, and x untouched, if d_head is 0 or odd; n_tokens or n_heads 0 is no error
EXERCISE bool rope_half_split(float *x, const float *cosines, const float *sines,
                              size_t n_tokens, size_t n_heads, size_t d_head)
{
    // your code here
    (void)x, (void)cosines, (void)sines, (void)n_tokens, (void)n_heads, (void)d_head;
    return false;
}

typedef bool rope_function(float *x, const float *cosines, const float *sines,
                           size_t n_tokens, size_t n_heads, size_t d_head);

enum { SMALL_HEAD = 4, SMALL_POSITIONS = 16 };
static const float small_x[SMALL_HEAD] = {1, 2, 3, 4};

// out = the four numbers of x, turned to position p
static bool turn_small(float *out, const float *x, size_t p, rope_function *rope)
{
    float cosines[SMALL_POSITIONS * 2], sines[SMALL_POSITIONS * 2];
    rope_table(cosines, sines, SMALL_POSITIONS, SMALL_HEAD, 10000.0);
    memcpy(out, x, SMALL_HEAD * sizeof *out);
    return rope(out, cosines + 2 * p, sines + 2 * p, 1, 1, SMALL_HEAD);
}

static void print_turned(size_t p, rope_function *rope)
{
    float x[SMALL_HEAD];
    const bool turned = turn_small(x, small_x, p, rope);
    printf("%4s", "");
    for (size_t i = 0; i < SMALL_HEAD; i++)
        turned ? printf("%8.4f", (double)x[i]) : printf("%8s", "-");
}

// Exchange dimensions 1 and 2, turn halves, exchange back: turned neighbours?
static double gap_of_layouts(void)
{
    const float exchanged[SMALL_HEAD] = {small_x[0], small_x[2], small_x[1], small_x[3]};
    float halves[SMALL_HEAD], neighbours[SMALL_HEAD];
    if (!turn_small(halves, exchanged, 7, rope_half_split) ||
        !turn_small(neighbours, small_x, 7, rope_interleaved))
        return NAN;
    const float back[SMALL_HEAD] = {halves[0], halves[2], halves[1], halves[3]};
    return largest_gap(back, neighbours, SMALL_HEAD);
}

static void show_rope(void)
{
    static const size_t positions[4] = {0, 1, 2, 10};
    float x[SMALL_HEAD];
    heading("Two ways to pair the dimensions");
    const bool neighbours = turn_small(x, small_x, 10, rope_interleaved);
    const double length = length_of(x, SMALL_HEAD);
    const bool halves = turn_small(x, small_x, 10, rope_half_split);
    if (!neighbours)
        waits_for("4.4", "rope_interleaved");
    if (!halves)
        waits_for("4.5", "rope_half_split");
    if (!neighbours && !halves)
        return;
    printf("x = 1 2 3 4       neighbours (0,1) (2,3)              halves (0,2) (1,3)\n");
    for (size_t i = 0; i < 4; i++) {
        printf("position %-2zu", positions[i]);
        print_turned(positions[i], rope_interleaved);
        print_turned(positions[i], rope_half_split);
        printf("\n");
    }
    if (neighbours)
        printf("length at position 0: %.4f   at position 10: %.4f\n",
               length_of(small_x, SMALL_HEAD), length);
    if (neighbours && halves)
        printf("dimensions 1 and 2 exchanged, one layout is the other: difference %.6g\n",
               gap_of_layouts());
}

/*
::: {.output section="Two ways to pair the dimensions"}
:::

At position 0 nothing turns. Elsewhere the numbers of the two layouts have nothing in
common, but look at the last line: exchange the dimensions, use the other layout, and
exchange them back, and the difference is 0. They are the same operation under two
numberings of the dimensions. A trained model does not care which: its matrices
produce the dimensions in whatever order it was trained with. It cares very much that
the order does not *change*.
*/

/*
## Exercise 4.6: the score without turning anything {#rope-score .exercise}

Is the score really a function of the distance? We could turn many vectors and
compare. Better to derive the score, because then the answer stands in the code. Take
one pair, query $(q_0, q_1)$ turned by $m\theta$ and key $(k_0, k_1)$ turned by
$n\theta$. Turning both back by $m\theta$ changes no dot product, so turn only the
key, by $\varphi = (n - m)\theta$:

$$q_0 (k_0 \cos\varphi - k_1 \sin\varphi) + q_1 (k_0 \sin\varphi + k_1 \cos\varphi)
= (q_0 k_0 + q_1 k_1) \cos\varphi + (q_1 k_0 - q_0 k_1) \sin\varphi .$$

Sum this over all pairs of neighbours. The score is plain: no division by the root of
`d_head`. The distance can be negative, and `size_t` cannot: take the difference in
`double`, and the angle too, as in exercise 4.3. The base is any number from 1 upwards.
Unlike the sinusoid's dot product this one has a sine in it, so left and right differ.

By hand: $q = (0.5, -1, 2, 0.25)$ at $m = 5$, $k = (1, 2, 3, 4)$ at $n = 2$, base
10,000. Pair 0: $\varphi = -3$, $q_0 k_0 + q_1 k_1 = -1.5$, $q_1 k_0 - q_0 k_1 = -2$;
$-1.5 \cdot (-0.98999) + (-2) \cdot (-0.14112) = 1.7672$. Pair 1: $\varphi = -0.03$,
the two are 7 and -7.25; $7 \cdot 0.99955 + (-7.25) \cdot (-0.0299955) = 7.2143$. The
score is 8.9815.
*/

// *score = sum over i of (q0 k0 + q1 k1) cos(phi) + (q1 k0 - q0 k1) sin(phi)
//   q0, q1 = q[2i], q[2i+1]; k0, k1 likewise   phi = (n - m) base^(-2i/d_head)
//   q, k [d_head]   m the query's position, n the key's   base >= 1   phi in double
// false, and *score untouched, if d_head is 0 or odd
EXERCISE bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
                         size_t d_head, float base)
{
    // your code here
    (void)score, (void)q, (void)k, (void)m, (void)n, (void)d_head, (void)base;
    return false;
}

/*
::: belief
"RoPE is a relative encoding: it encodes distances instead of positions." Half of it
is right. Each vector is turned by its absolute position, and if you look at one
turned key you can read the position off. Only the *score* of two turned vectors has
forgotten it.
:::

The program compares scores at three pairs of positions: query at 5 and key at 2, the
same distance 8 tokens later, and the distance reversed. Then it makes the mistake
that costs people whole evenings: queries turned as halves, keys as neighbours. This
happens when the weights of a model come from one library and the code from another.
Meta's own Llama code turns neighbours, the Hugging Face code turns halves, and the
weights must be permuted on the way [@transformers25199].

::: predict
With the layouts mixed, will the program crash, print NaN, or print plausible numbers?
:::
*/

static const float small_q[SMALL_HEAD] = {0.5f, -1.0f, 2.0f, 0.25f};

static double turned_score(size_t m, size_t n, rope_function *turn_q,
                           rope_function *turn_k)
{
    float q[SMALL_HEAD], k[SMALL_HEAD];
    if (!turn_small(q, small_q, m, turn_q) || !turn_small(k, small_x, n, turn_k))
        return NAN;
    return row_dot(q, k, SMALL_HEAD);
}

static void print_scores(const char *name, rope_function *turn_q, rope_function *turn_k)
{
    printf("%-26s %12.4f %12.4f %12.4f\n", name, turned_score(5, 2, turn_q, turn_k),
           turned_score(13, 10, turn_q, turn_k), turned_score(2, 5, turn_q, turn_k));
}

static void print_derived_scores(void)
{
    static const size_t places[3][2] = {{5, 2}, {13, 10}, {2, 5}};
    float score;
    if (!rope_score(&score, small_q, small_x, 5, 2, SMALL_HEAD, 10000.0f)) {
        waits_for("4.6", "rope_score");
        return;
    }
    printf("%-26s", "rope_score, nothing turned");
    for (size_t i = 0; i < 3; i++) {
        rope_score(&score, small_q, small_x, places[i][0], places[i][1], SMALL_HEAD,
                   10000.0f);
        printf(" %12.4f", (double)score);
    }
    printf("\n");
}

static void show_scores(void)
{
    float x[SMALL_HEAD];
    heading("The score sees the distance only");
    printf("query at, key at                 5, 2       13, 10         2, 5\n");
    const bool neighbours = turn_small(x, small_x, 1, rope_interleaved);
    const bool halves = turn_small(x, small_x, 1, rope_half_split);
    if (neighbours)
        print_scores("neighbours", rope_interleaved, rope_interleaved);
    else
        waits_for("4.4", "rope_interleaved");
    if (halves)
        print_scores("halves", rope_half_split, rope_half_split);
    else
        waits_for("4.5", "rope_half_split");
    if (neighbours && halves)
        print_scores("q halves, k neighbours", rope_half_split, rope_interleaved);
    print_derived_scores();
}

/*
::: {.output section="The score sees the distance only"}
:::

Within a layout the first two columns agree:
[8.9815]{.n section="The score sees the distance only"} here and there. The third is
another number, so the score knows left from right. Mixed, the program prints
perfectly plausible numbers, [-3.6136]{.n section="The score sees the distance only"}
and [7.9212]{.n section="The score sees the distance only"}, for one and the same
distance. Nothing crashes. The model talks, and talks nonsense. If you ever port a
RoPE model, test the first two columns.

## Three pictures of a score

What does a head see before it has learnt anything? Put the same token at 24
positions and compare its query with its key at every pair of places. Any pattern
comes from the positions alone.
*/

enum { MAP_LEN = 24, MAP_WIDTH = 32 };

// A small generator: a counter, and a function that scrambles it. The state is passed.
static uint32_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t word = *state;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(word >> 32);
}

static float draw_uniform(uint64_t *state)
{
    return (float)(draw(state) >> 8) * (1.0f / 16777216.0f);
}

// One number from the bell curve N(0, 1): the cosine half of Box and Muller's pair.
static float draw_normal(uint64_t *state)
{
    const double radius = sqrt(-2.0 * log(1.0 - (double)draw_uniform(state)));
    return (float)(radius * cos(2.0 * PI * (double)draw_uniform(state)));
}

static void begin_map(FILE *file, const char *title, size_t n)
{
    fprintf(file, "# kind: heat\n# title: %s\n# x: position of the key\n", title);
    fprintf(file, "# y: position of the query\n");
    for (size_t s = 0; s < n; s++)
        fprintf(file, "\t%zu", s);
    fprintf(file, "\n");
}

// score[m][n] = (token + wpe[m]) . (token + wpe[n]); nothing is drawn if 4.2 is not written
static void draw_table_map(const char *name, const char *title, const float *token,
                           const float *wpe)
{
    float x[MAP_LEN * MAP_WIDTH];
    for (size_t p = 0; p < MAP_LEN; p++)
        memcpy(x + p * MAP_WIDTH, token, MAP_WIDTH * sizeof *x);
    FILE *file =
        add_positions(x, wpe, MAP_LEN, MAP_LEN, MAP_WIDTH) ? open_figure(name) : NULL;
    if (file == NULL)
        return;
    begin_map(file, title, MAP_LEN);
    for (size_t m = 0; m < MAP_LEN; m++) {
        fprintf(file, "%zu", m);
        for (size_t n = 0; n < MAP_LEN; n++)
            fprintf(file, "\t%.3f",
                    row_dot(x + m * MAP_WIDTH, x + n * MAP_WIDTH, MAP_WIDTH));
        fprintf(file, "\n");
    }
    fclose(file);
}

static void draw_rope_map(const float *q, const float *k)
{
    float score;
    const bool written = rope_score(&score, q, k, 0, 0, MAP_WIDTH, 10000.0f);
    FILE *file = written ? open_figure("scores-rope") : NULL;
    if (file == NULL)
        return;
    begin_map(file, "RoPE: one query and one key, everywhere", MAP_LEN);
    for (size_t m = 0; m < MAP_LEN; m++) {
        fprintf(file, "%zu", m);
        for (size_t n = 0; n < MAP_LEN; n++) {
            rope_score(&score, q, k, m, n, MAP_WIDTH, 10000.0f);
            fprintf(file, "\t%.3f", (double)score);
        }
        fprintf(file, "\n");
    }
    fclose(file);
}

static void draw_score_maps(void)
{
    float token[MAP_WIDTH], key[MAP_WIDTH], wpe[MAP_LEN * MAP_WIDTH];
    uint64_t state = 4;
    for (size_t i = 0; i < MAP_WIDTH; i++)
        token[i] = 0.5f * draw_normal(&state), key[i] = 0.5f * draw_normal(&state);
    for (size_t i = 0; i < MAP_LEN * MAP_WIDTH; i++)
        wpe[i] = 0.5f * draw_normal(&state);
    draw_table_map("scores-table", "A learned table, before it has learnt", token, wpe);
    if (sinusoidal_table(wpe, MAP_LEN, MAP_WIDTH))
        draw_table_map("scores-sinusoid", "The fixed sinusoid", token, wpe);
    draw_rope_map(token, key);
}

/*
![A learned table before training. Apart from the bright diagonal (a row is most like
itself) there is nothing to see: that 5 lies beside 6 has to be learnt, from every pair
of places anew.](figure:scores-table){#fig-scores-table}

![The sinusoid. Bands run along the diagonal, nearly even: distance is built in. The
token itself leaves stripes across them, because it is added in the same
place.](figure:scores-sinusoid){#fig-scores-sinusoid}

![RoPE. Every diagonal is one single number, for the score sees the distance only.
Compare above and below the main diagonal: left and right differ.](figure:scores-rope){#fig-scores-rope}

## Dials that never finish a turn

Now look at the speeds once more, as a question of time. Dial $i$ needs
$2\pi / \theta_i$ tokens for a full turn. A model that was trained on 4,096 tokens has
met distances up to 4,095. If a dial needs 50,000 tokens for a turn, the model has
seen only the first twelfth of its face. All other angles are new to it, and they come
up the moment it reads further.

::: predict
A head of 128 dimensions has 64 dials. Base 10,000, training length 4,096: how many of
the 64 never finish one turn?
:::
*/

static double turn_length(size_t i, size_t d_head, double base)
{
    return 2.0 * PI * pow(base, 2.0 * (double)i / (double)d_head);
}

static void draw_dials(void)
{
    FILE *file = open_figure("dials");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: Tokens for one full turn\n# x: dial\n"
                  "# y: tokens\n# yscale: log\n"
                  "dial\tbase 10,000\tbase 500,000\ttrained to 4,096\n");
    for (size_t i = 0; i < 64; i++)
        fprintf(file, "%zu\t%.6g\t%.6g\t4096\n", i, turn_length(i, 128, 1e4),
                turn_length(i, 128, 5e5));
    fclose(file);
}

static void show_dials(void)
{
    static const struct {
        size_t base, d_head, trained;
    } cases[] = {{10000, 128, 2048}, {10000, 128, 4096}, {500000, 128, 8192},
                 {10000, 64, 1024},  {10000, 32, 16},    {2, 32, 16}};
    heading("Dials that never finish a turn");
    printf(
        "   base  d_head  trained to   dials   never finish   slowest turn (tokens)\n");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const double base = (double)cases[c].base;
        const size_t d_head = cases[c].d_head;
        size_t unfinished = 0;
        for (size_t i = 0; i < d_head / 2; i++)
            unfinished += turn_length(i, d_head, base) > (double)cases[c].trained;
        printf("%7zu  %6zu  %10zu   %5zu   %12zu   %21.0f\n", cases[c].base, d_head,
               cases[c].trained, d_head / 2, unfinished,
               turn_length(d_head / 2 - 1, d_head, base));
    }
    draw_dials();
}

/*
::: {.output section="Dials that never finish a turn"}
:::

![Every dial of a head of 128 dimensions. What lies above the level line has not been
round once when training ends at 4,096 tokens.](figure:dials){#fig-dials}

[18]{.n section="Dials that never finish a turn"} of 64. With the larger base of
500,000 and twice the length it is [29]{.n section="Dials that never finish a turn"}:
more unfinished dials, not fewer, but slower ones, so that they move less when the
text gets longer. The last two lines are heads that we are about to train. At length
16 with base 10,000, [14]{.n section="Dials that never finish a turn"} of 16 dials
never finish. With base 2 every dial does.

If unfinished dials are why RoPE fails on longer texts, then the first of these heads
must fail past token 16 and the second must not. That is a prediction that can go
wrong, which is what makes it worth testing.
*/
/*
## A model small enough to see through

Time for the contest. We need a task that is impossible without order and trivial with
it. Sequences are random: each token is drawn from 16, all equally likely, so there is
nothing to learn about the tokens themselves. The model must **say again the token
three back**: at position $t$ the right answer is the token of position $t - 3$. The
first three positions have no answer and do not count. Guessing costs $\ln 16 = 2.7726$
nats a token; a model that knows where three back is pays 0.

The model is one causal head of width 32, with nothing around it:

| parameter | shape | does |
|---|---|---|
| `wte` | `[16][32]` | token to vector |
| `wpe` | `[64][32]` | position to vector, only for the tables |
| `wq`, `wk`, `wv` | `[32][32]` | vector to query, key, value |
| `lm_head` | `[16][32]` | head's output to one score a token |

We train it five times, and the five differ in positions only. With the same seed all
other numbers start out the same, bit for bit.

- **no positions**: the causal mask is all it has.
- **learned table**: `wpe` has 64 rows, trained with the rest. Training shows 16 of them.
- **sinusoid**: `wpe` is your table and never changes.
- **RoPE**: queries and keys turn as neighbours, base 10,000.
- **RoPE, base 2**: the same, but every dial finishes its turn within 16 tokens.

All of them run on the functions that you wrote: `attention_forward`, `add_positions`,
`sinusoidal_table`, `rope_interleaved`.
*/

enum {
    VOCAB = 16,
    WIDTH = 32,
    N_PAIRS = WIDTH / 2,
    TRAIN_LEN = 16,
    TEST_LEN = 64,
    BACK = 3,
    BATCH = 16,
    N_STEPS = 350,
    N_SEEDS = 4,
    N_TESTS = 64
};

typedef enum {
    NO_POSITIONS,
    LEARNED_TABLE,
    SINUSOID,
    ROPE,
    ROPE_SHORT,
    N_SCHEMES
} scheme;
typedef enum { THREE_BACK, FIRST_TOKEN, N_TASKS } task;

static const char *const scheme_names[N_SCHEMES] = {"no positions", "learned table",
                                                    "sinusoid", "RoPE", "RoPE, base 2"};

// Where each parameter starts in the one array that holds them all.
enum {
    AT_WTE = 0,
    AT_WQ = AT_WTE + VOCAB * WIDTH,
    AT_WK = AT_WQ + WIDTH * WIDTH,
    AT_WV = AT_WK + WIDTH * WIDTH,
    AT_LM_HEAD = AT_WV + WIDTH * WIDTH,
    AT_WPE = AT_LM_HEAD + VOCAB * WIDTH,
    N_PARAMS = AT_WPE + TEST_LEN * WIDTH
};

typedef struct {
    scheme scheme;
    float params[N_PARAMS], grads[N_PARAMS];
    float mean[N_PARAMS], square[N_PARAMS]; // what the optimizer remembers
    float cosines[TEST_LEN * N_PAIRS], sines[TEST_LEN * N_PAIRS];
    float back_sines[TEST_LEN * N_PAIRS]; // -sines: turns backwards
} model;

// What one sequence leaves behind on its way through the model; also the gradients of it.
typedef struct {
    float x[TEST_LEN * WIDTH];
    float q[TEST_LEN * WIDTH], k[TEST_LEN * WIDTH], v[TEST_LEN * WIDTH];
    float att[TEST_LEN * TEST_LEN];
    float out[TEST_LEN * WIDTH];
    float logits[TEST_LEN * VOCAB];
} activations;

// Everything that training needs, in one piece of memory.
typedef struct {
    model m;
    activations a, d;  // of the sequence at hand, and their gradients
    size_t steps_done; // in all trainings so far, for the live line
    double start;
} workshop;

static void fill_normal(float *x, size_t n, double std, uint64_t *state)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)std * draw_normal(state);
}

// false if the exercise that the scheme stands on is not written
static bool model_init(model *m, scheme which, uint64_t seed)
{
    memset(m, 0, sizeof *m);
    m->scheme = which;
    const double spread = 1.0 / sqrt((double)WIDTH);
    fill_normal(m->params + AT_WTE, AT_WQ - AT_WTE, 1.0, &seed);
    fill_normal(m->params + AT_WQ, AT_WPE - AT_WQ, spread, &seed);
    if (which == LEARNED_TABLE)
        fill_normal(m->params + AT_WPE, N_PARAMS - AT_WPE, 0.5, &seed);
    rope_table(m->cosines, m->sines, TEST_LEN, WIDTH,
               which == ROPE_SHORT ? 2.0 : 10000.0);
    for (size_t i = 0; i < TEST_LEN * N_PAIRS; i++)
        m->back_sines[i] = -m->sines[i];
    return which != SINUSOID || sinusoidal_table(m->params + AT_WPE, TEST_LEN, WIDTH);
}

/*
The table starts at half the spread of the tokens, as in GPT-2 (0.01 for `wpe`, 0.02
for `wte`).

Forward is a walk along the list above. Its inner loop is always the same: a row of 32
numbers collects other rows, each times a factor. That is the shape that a vector unit
likes. All 32 sums run side by side, none waits for its neighbour, and they stay in
registers until the last row has been added. A dot product is the shape that it does not
like: one sum, in which each addition waits for the one before. So `project`, which is
all dot products on paper, first lays the weights on their side and then adds rows.
*/

// sum[i] += rows[0][i] factors[0] + rows[1][i] factors[stride] + ...
//   sum [WIDTH]   rows [n_rows][WIDTH]
static void add_rows(float *sum, const float *rows, const float *factors, size_t stride,
                     size_t n_rows)
{
    float total[WIDTH];
    memcpy(total, sum, sizeof total);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t i = 0; i < WIDTH; i++)
            total[i] += factors[r * stride] * rows[r * WIDTH + i];
    memcpy(sum, total, sizeof total);
}

// out[t][o] = sum over i of x[t][i] weight[o][i]
//   out, x [n_tokens][WIDTH]   weight [WIDTH][WIDTH]
static void project(float *out, const float *x, const float *weight, size_t n_tokens)
{
    float turned[WIDTH * WIDTH];
    for (size_t o = 0; o < WIDTH; o++)
        for (size_t i = 0; i < WIDTH; i++)
            turned[i * WIDTH + o] = weight[o * WIDTH + i];
    memset(out, 0, n_tokens * WIDTH * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        add_rows(out + t * WIDTH, turned, x + t * WIDTH, 1, WIDTH);
}

// a . b, for the few places that need one: 16 sums side by side, then folded in halves
static float dot(const float *a, const float *b)
{
    float lanes[16] = {0};
    for (size_t i = 0; i < WIDTH; i += 16)
        for (size_t lane = 0; lane < 16; lane++)
            lanes[lane] += a[i + lane] * b[i + lane];
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t lane = 0; lane < half; lane++)
            lanes[lane] += lanes[lane + half];
    return lanes[0];
}

// logits[t][v] = out[t] . lm_head[v]
static void score_tokens(activations *a, const model *m, size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t v = 0; v < VOCAB; v++)
            a->logits[t * VOCAB + v] =
                dot(a->out + t * WIDTH, m->params + AT_LM_HEAD + v * WIDTH);
}

// x[t] = wte[ids[t]], plus the position's row where the scheme has one
static bool embed(float *x, const model *m, const uint32_t *ids, size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(x + t * WIDTH, m->params + AT_WTE + ids[t] * (size_t)WIDTH,
               WIDTH * sizeof *x);
    if (m->scheme != LEARNED_TABLE && m->scheme != SINUSOID)
        return true;
    return add_positions(x, m->params + AT_WPE, n_tokens, TEST_LEN, WIDTH);
}

static bool turn(float *x, const model *m, const float *sines, size_t n_tokens)
{
    if (m->scheme != ROPE && m->scheme != ROPE_SHORT)
        return true;
    return rope_interleaved(x, m->cosines, sines, n_tokens, 1, WIDTH);
}

// false if an exercise on the way is not written
static bool forward(activations *a, const model *m, const uint32_t *ids, size_t n_tokens)
{
    if (!embed(a->x, m, ids, n_tokens))
        return false;
    project(a->q, a->x, m->params + AT_WQ, n_tokens);
    project(a->k, a->x, m->params + AT_WK, n_tokens);
    project(a->v, a->x, m->params + AT_WV, n_tokens);
    if (!turn(a->q, m, m->sines, n_tokens) || !turn(a->k, m, m->sines, n_tokens))
        return false;
    if (!attention_forward(a->out, a->att, a->q, a->k, a->v, n_tokens, WIDTH, true))
        return false;
    score_tokens(a, m, n_tokens);
    return true;
}

// The right answer at position t; VOCAB if there is none.
static uint32_t answer(const uint32_t *ids, size_t t, task which)
{
    if (which == FIRST_TOKEN)
        return t > 0 ? ids[0] : VOCAB;
    return t >= BACK ? ids[t - BACK] : VOCAB;
}

// -log softmax(logits)[target]; logits become the gradient (softmax - onehot) x scale
static double loss_at(float *logits, uint32_t target, float scale)
{
    float largest = logits[0], sum = 0.0f;
    for (size_t v = 1; v < VOCAB; v++)
        largest = fmaxf(largest, logits[v]);
    const float wanted = logits[target] - largest;
    for (size_t v = 0; v < VOCAB; v++) {
        logits[v] = expf(logits[v] - largest);
        sum += logits[v];
    }
    for (size_t v = 0; v < VOCAB; v++)
        logits[v] = (logits[v] / sum - (v == target ? 1.0f : 0.0f)) * scale;
    return log((double)sum) - (double)wanted;
}

// The summed loss of a sequence; turns a->logits into the gradient, 0 where there is no answer.
static double sequence_loss(activations *a, const uint32_t *ids, size_t n_tokens,
                            task which, float scale)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const uint32_t target = answer(ids, t, which);
        float *logits = a->logits + t * VOCAB;
        if (target < VOCAB)
            loss += loss_at(logits, target, scale);
        else
            memset(logits, 0, VOCAB * sizeof *logits);
    }
    return loss;
}

/*
## The gradients, by hand

Backward walks the same list from the end. Three rules do all of it.

**A projection.** If $\mathrm{out}_{to} = x_t \cdot w_o$, then each number of the
gradient of `out` sends its share of $w_o$ to $x_t$ and its share of $x_t$ to $w_o$.

**The head.** Write $d$ in front of a name for the gradient. The output was
$\mathrm{out}_t = \sum_s a_{ts} v_s$, so $da_{ts} = d\mathrm{out}_t \cdot v_s$ and
$dv_s$ collects $a_{ts}\, d\mathrm{out}_t$. Through the softmax, a share can only grow
at the others' cost, so the average of the $da$ is taken off:

$$dz_{ts} = a_{ts} \Big( da_{ts} - \sum_r a_{tr}\, da_{tr} \Big).$$

Then $dq_t$ collects $dz_{ts}\, k_s / \sqrt{d}$ and $dk_s$ collects
$dz_{ts}\, q_t / \sqrt{d}$.

**The turn.** RoPE turned the queries and keys by an angle; their gradients are turned
by the same angle *backwards*. That is `rope_interleaved` again, with the signs of the
sines reversed. Your function serves both directions.
*/

// dx[t] and dweight[o] collect their shares of dout
//   dx, x [n_tokens][WIDTH]   dweight, weight [n_out][WIDTH]   dout [n_tokens][n_out]
static void project_backward(float *dx, float *dweight, const float *dout, const float *x,
                             const float *weight, size_t n_tokens, size_t n_out)
{
    for (size_t t = 0; t < n_tokens; t++)
        add_rows(dx + t * WIDTH, weight, dout + t * n_out, 1, n_out);
    for (size_t o = 0; o < n_out; o++)
        add_rows(dweight + o * WIDTH, x, dout + o, n_out, n_tokens);
}

// d->q, d->k, d->v collect the gradient of a causal head from d->out; d->att becomes dz
static void attention_backward(activations *d, const activations *a, size_t n_tokens)
{
    const float scale = 1.0f / sqrtf((float)WIDTH);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *att = a->att + t * n_tokens;
        float *dz = d->att + t * n_tokens, average = 0.0f;
        for (size_t s = 0; s <= t; s++) {
            dz[s] = dot(d->out + t * WIDTH, a->v + s * WIDTH);
            average += att[s] * dz[s];
        }
        for (size_t s = 0; s <= t; s++)
            dz[s] = att[s] * (dz[s] - average) * scale;
        add_rows(d->q + t * WIDTH, a->k, dz, 1, t + 1);
    }
    for (size_t s = 0; s < n_tokens; s++) {
        // from row s, column s downwards: nobody before s hears s
        const size_t corner = s * n_tokens + s;
        add_rows(d->k + s * WIDTH, a->q + s * WIDTH, d->att + corner, n_tokens,
                 n_tokens - s);
        add_rows(d->v + s * WIDTH, d->out + s * WIDTH, a->att + corner, n_tokens,
                 n_tokens - s);
    }
}

// m->grads collect the gradient; a->logits holds that of the logits. d is scratch.
static bool backward(model *m, activations *d, const activations *a, const uint32_t *ids,
                     size_t n_tokens)
{
    const float one = 1.0f;
    memset(d, 0, sizeof *d);
    project_backward(d->out, m->grads + AT_LM_HEAD, a->logits, a->out,
                     m->params + AT_LM_HEAD, n_tokens, VOCAB);
    attention_backward(d, a, n_tokens);
    if (!turn(d->q, m, m->back_sines, n_tokens) ||
        !turn(d->k, m, m->back_sines, n_tokens))
        return false;
    project_backward(d->x, m->grads + AT_WQ, d->q, a->x, m->params + AT_WQ, n_tokens,
                     WIDTH);
    project_backward(d->x, m->grads + AT_WK, d->k, a->x, m->params + AT_WK, n_tokens,
                     WIDTH);
    project_backward(d->x, m->grads + AT_WV, d->v, a->x, m->params + AT_WV, n_tokens,
                     WIDTH);
    for (size_t t = 0; t < n_tokens; t++) {
        add_rows(m->grads + AT_WTE + ids[t] * (size_t)WIDTH, d->x + t * WIDTH, &one, 1,
                 1);
        if (m->scheme == LEARNED_TABLE)
            add_rows(m->grads + AT_WPE + t * WIDTH, d->x + t * WIDTH, &one, 1, 1);
    }
    return true;
}

/*
Formulas copied into code deserve distrust. So we ask each parameter directly: nudge it
up a little, nudge it down, and see how the loss moves. The difference divided by the
two nudges must be the gradient. This costs two runs of the model a parameter, which is
why nobody trains that way, and it does not know any formula, which is why it is the
best witness there is.

The program does so for 24 random parameters of each kind, for every way to know
positions, and prints the largest disagreement, as a share of the largest gradient of
that kind. `float` leaves about three digits, so below a thousandth it only says so; a
wrong sign or a forgotten factor would leave none.
*/

// The kinds of parameters, and where each starts.
enum { N_KINDS = 6, N_NUDGED = 24 };
static const char *const kind_names[N_KINDS] = {"wte", "wq",      "wk",
                                                "wv",  "lm_head", "wpe"};
static const size_t kind_starts[N_KINDS + 1] = {AT_WTE,     AT_WQ,  AT_WK,   AT_WV,
                                                AT_LM_HEAD, AT_WPE, N_PARAMS};

static void draw_ids(uint32_t *ids, size_t n_tokens, uint64_t *state)
{
    for (size_t t = 0; t < n_tokens; t++)
        ids[t] = draw(state) % VOCAB;
}

// the loss with one parameter moved by `by`
static double nudged_loss(workshop *w, const uint32_t *ids, size_t place, float by)
{
    const float kept = w->m.params[place];
    w->m.params[place] = kept + by;
    const bool written = forward(&w->a, &w->m, ids, TRAIN_LEN);
    w->m.params[place] = kept;
    return written ? sequence_loss(&w->a, ids, TRAIN_LEN, THREE_BACK, 1.0f) : NAN;
}

// The largest |gradient - nudged slope| of a kind, over its largest gradient.
static double disagreement(workshop *w, const uint32_t *ids, size_t kind, uint64_t *state)
{
    const float nudge = 1.0f / 128.0f;
    const size_t start = kind_starts[kind];
    const size_t n =
        kind + 1 == N_KINDS ? TRAIN_LEN * WIDTH : kind_starts[kind + 1] - start;
    double largest = 0.0, worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double size = fabs((double)w->m.grads[start + i]);
        if (size > largest)
            largest = size;
    }
    for (size_t i = 0; i < N_NUDGED; i++) {
        const size_t place = start + draw(state) % n;
        const double up = nudged_loss(w, ids, place, nudge);
        const double down = nudged_loss(w, ids, place, -nudge);
        const double slope = (up - down) / (2.0 * (double)nudge);
        worst = fmax(worst, fabs(slope - (double)w->m.grads[place]));
    }
    return worst / largest;
}

// What is left below a thousandth is rounding, and each machine rounds in its own way.
static void print_error(double error)
{
    if (error < 0.001)
        printf("%10s", "<0.001");
    else
        printf("%10.3f", error);
}

static bool print_disagreements(workshop *w, scheme which)
{
    uint32_t ids[TRAIN_LEN];
    uint64_t state = 77;
    draw_ids(ids, TRAIN_LEN, &state);
    if (!model_init(&w->m, which, 7) || !forward(&w->a, &w->m, ids, TRAIN_LEN))
        return false;
    sequence_loss(&w->a, ids, TRAIN_LEN, THREE_BACK, 1.0f);
    if (!backward(&w->m, &w->d, &w->a, ids, TRAIN_LEN))
        return false;
    printf("%-15s", scheme_names[which]);
    for (size_t kind = 0; kind < N_KINDS; kind++)
        if (kind + 1 < N_KINDS || which == LEARNED_TABLE)
            print_error(disagreement(w, ids, kind, &state));
    printf("\n");
    return true;
}

static bool attention_is_written(void)
{
    float out[1], att[1];
    const float one[1] = {1.0f};
    return attention_forward(out, att, one, one, one, 1, 1, false);
}

// The exercise that a scheme waits for.
static void scheme_waits(scheme which)
{
    float one[2] = {0.0f, 0.0f};
    printf("%-15s", scheme_names[which]);
    if (!attention_is_written())
        waits_for("4.1", "attention_forward");
    else if (which == ROPE || which == ROPE_SHORT)
        waits_for("4.4", "rope_interleaved");
    else if (!add_positions(one, one + 1, 1, 1, 1))
        waits_for("4.2", "add_positions");
    else
        waits_for("4.3", "sinusoidal_table");
}

static void show_gradients(workshop *w)
{
    heading("The gradients, against nudges");
    printf("%-15s", "largest error");
    for (size_t kind = 0; kind < N_KINDS; kind++)
        printf("%10s", kind_names[kind]);
    printf("\n");
    for (size_t s = 0; s < N_SCHEMES; s++)
        if (!print_disagreements(w, (scheme)s))
            scheme_waits((scheme)s);
}

/*
::: {.output section="The gradients, against nudges"}
:::

All within a thousandth of the largest gradient. The formulas are right, the backward
turn included. (The fixed sinusoid and RoPE have no table to train, so their last
column is empty.)

## Training

Each step draws 16 fresh sequences of 16 tokens, so no sequence comes twice and there
is nothing to memorise. The optimizer is Adam, which divides every parameter's step by
the recent size of its gradient; chapter 6 takes it apart. Here it only has to be the
same for all.
*/

static void adam_step(model *m, size_t step, double learning_rate)
{
    const float keep_mean = 0.9f, keep_square = 0.99f;
    const double fresh_mean = 1.0 - pow(0.9, (double)step);
    const double fresh_square = 1.0 - pow(0.99, (double)step);
    const float rate = (float)(learning_rate * sqrt(fresh_square) / fresh_mean);
    for (size_t i = 0; i < N_PARAMS; i++) {
        const float grad = m->grads[i];
        m->mean[i] = keep_mean * m->mean[i] + (1.0f - keep_mean) * grad;
        m->square[i] = keep_square * m->square[i] + (1.0f - keep_square) * grad * grad;
        m->params[i] -= rate * m->mean[i] / (sqrtf(m->square[i]) + 1e-8f);
    }
}

// One line on the terminal that stays in its place; only with LIVE=1 in the environment.
static void live_line(const workshop *w, size_t step, double loss)
{
    const size_t all = (size_t)N_TASKS * N_SCHEMES * N_SEEDS * N_STEPS;
    const char *live = getenv("LIVE");
    if (live == NULL || strcmp(live, "1") != 0 || step % 70 != 0)
        return;
    const double spent = seconds() - w->start, done = (double)w->steps_done;
    fprintf(stderr,
            "\r%-15s step %3zu of %d   loss %.4f   %6.0f tokens/s   %2.0f s left ",
            scheme_names[w->m.scheme], step, N_STEPS, loss,
            done * BATCH * TRAIN_LEN / spent, spent / done * ((double)all - done));
    fflush(stderr);
}

static void clear_live_line(void)
{
    const char *live = getenv("LIVE");
    if (live != NULL && strcmp(live, "1") == 0)
        fprintf(stderr, "\r%79s\r", "");
}

// The mean loss of a batch, its gradient in w->m.grads; NAN if an exercise is missing.
static double train_batch(workshop *w, task which, uint64_t *state)
{
    const size_t n_answers = which == FIRST_TOKEN ? TRAIN_LEN - 1 : TRAIN_LEN - BACK;
    const float scale = 1.0f / (float)(BATCH * n_answers);
    double loss = 0.0;
    memset(w->m.grads, 0, sizeof w->m.grads);
    for (size_t b = 0; b < BATCH; b++) {
        uint32_t ids[TRAIN_LEN];
        draw_ids(ids, TRAIN_LEN, state);
        if (!forward(&w->a, &w->m, ids, TRAIN_LEN))
            return NAN;
        loss += sequence_loss(&w->a, ids, TRAIN_LEN, which, scale) * (double)scale;
        if (!backward(&w->m, &w->d, &w->a, ids, TRAIN_LEN))
            return NAN;
    }
    return loss;
}

// Full speed for the first 60% of the steps, then evenly down to 0.
static bool train(workshop *w, scheme positions, task which, size_t seed)
{
    uint64_t state = 1000 + seed;
    if (!model_init(&w->m, positions, seed))
        return false;
    for (size_t step = 1; step <= N_STEPS; step++) {
        const double loss = train_batch(w, which, &state);
        if (isnan(loss))
            return false;
        const double left = (double)(N_STEPS - step + 1) / (0.4 * N_STEPS);
        adam_step(&w->m, step, 0.01 * fmin(1.0, left));
        w->steps_done++;
        live_line(w, step, loss);
    }
    return true;
}

/*
Then the test: 64 fresh sequences of 64 tokens, the same for every model, and the mean
loss at each position. Positions up to 15 the model knows from training. From 16 on it
has never been there.

Beside the models stands a yardstick: the best that anybody can do *without* order. Who
knows only which tokens have come before, and how often, but not where, can do no better
than to give each token the chance (how often it came) / $t$. That beats guessing while
few tokens have come.

Two more measurements help to understand a failure. One is the share of attention that
goes to keys 16 or more back, distances that training never showed. The other repeats
the test with those keys hidden: token $t$ hears only itself and the 15 before it. The
weights are the same, and the positions still run to 63. If a model fails because of
*distances* that it never met, hiding them must cure it. If it fails because of
*positions* that it never met, hiding them must not.
*/

typedef struct {
    double loss[TEST_LEN];  // at each position
    double in_window;       // positions 32 ... 63, only 16 keys seen
    double far;             // share of attention on distances of 16 and more
    double score[TEST_LEN]; // mean score at each distance
    double fast[TEST_LEN];  // the part of it that comes from the two fastest dials
} measurement;

// The head again, from position 32 on: every token hears itself and the 15 before it.
static bool attend_in_window(workshop *w)
{
    float out[TRAIN_LEN * WIDTH], att[TRAIN_LEN * TRAIN_LEN];
    activations *a = &w->a;
    for (size_t t = TEST_LEN / 2; t < TEST_LEN; t++) {
        const size_t first = (t + 1 - TRAIN_LEN) * WIDTH;
        if (!attention_forward(out, att, a->q + first, a->k + first, a->v + first,
                               TRAIN_LEN, WIDTH, true))
            return false;
        memcpy(a->out + t * WIDTH, out + (TRAIN_LEN - 1) * WIDTH, WIDTH * sizeof *out);
    }
    score_tokens(a, &w->m, TEST_LEN);
    return true;
}

// Attention on distances of 16 and more, mean over positions 32 ... 63.
static double far_share(const activations *a)
{
    double sum = 0.0;
    for (size_t t = TEST_LEN / 2; t < TEST_LEN; t++)
        for (size_t s = 0; s + TRAIN_LEN <= t; s++)
            sum += (double)a->att[t * TEST_LEN + s];
    return sum / (TEST_LEN / 2);
}

// Dials 0 and 1 are the only ones of base 10,000 that finish a turn within 16 tokens.
enum { N_FINISHED = 2 };

static void add_scores(measurement *result, const activations *a)
{
    for (size_t t = 0; t < TEST_LEN; t++)
        for (size_t s = 0; s <= t; s++) {
            const float *q = a->q + t * WIDTH, *k = a->k + s * WIDTH;
            const double n_scores = (double)(TEST_LEN - (t - s)) * N_TESTS;
            const double scale = 1.0 / (sqrt((double)WIDTH) * n_scores);
            result->score[t - s] += (double)dot(q, k) * scale;
            result->fast[t - s] += row_dot(q, k, 2 * N_FINISHED) * scale;
        }
}

// Adds one test sequence to the means of a measurement.
static bool measure_sequence(measurement *result, workshop *w, const uint32_t *ids,
                             task which)
{
    if (!forward(&w->a, &w->m, ids, TEST_LEN))
        return false;
    result->far += far_share(&w->a) / N_TESTS;
    add_scores(result, &w->a);
    for (size_t t = which == FIRST_TOKEN ? 1 : BACK; t < TEST_LEN; t++)
        result->loss[t] +=
            loss_at(w->a.logits + t * VOCAB, answer(ids, t, which), 1.0f) / N_TESTS;
    if (which == FIRST_TOKEN)
        return true;
    if (!attend_in_window(w))
        return false;
    for (size_t t = TEST_LEN / 2; t < TEST_LEN; t++)
        result->in_window +=
            loss_at(w->a.logits + t * VOCAB, answer(ids, t, which), 1.0f) /
            (N_TESTS * (TEST_LEN / 2));
    return true;
}

static bool measure(measurement *result, workshop *w, task which)
{
    uint32_t ids[TEST_LEN];
    uint64_t state = 999;
    memset(result, 0, sizeof *result);
    for (size_t n = 0; n < N_TESTS; n++) {
        draw_ids(ids, TEST_LEN, &state);
        if (!measure_sequence(result, w, ids, which))
            return false;
    }
    return true;
}

// The best loss without order, on the same sequences: minus the log of (count / t).
static void measure_without_order(double *loss)
{
    uint32_t ids[TEST_LEN];
    uint64_t state = 999;
    memset(loss, 0, TEST_LEN * sizeof *loss);
    for (size_t n = 0; n < N_TESTS; n++) {
        size_t counts[VOCAB] = {0};
        draw_ids(ids, TEST_LEN, &state);
        for (size_t t = 1; t < TEST_LEN; t++) {
            counts[ids[t - 1]]++;
            if (t >= BACK)
                loss[t] -= log((double)counts[ids[t - BACK]] / (double)t) / N_TESTS;
        }
    }
}

/*
## What happens after token 16

::: predict
All four models with positions learn the task at length 16. Order them by how well they
do at positions 32 to 63. Does any of them still score 0?
:::
*/

static double mean_of(const double *loss, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t t = from; t < to; t++)
        sum += loss[t] / (double)(to - from);
    return sum;
}

// Means over the seeds, and the best and the worst seed far out.
static void print_row(const measurement *results, scheme positions, task which)
{
    double trained = 0.0, beyond = 0.0, far_out = 0.0, window = 0.0, far = 0.0;
    double best = INFINITY, worst = 0.0;
    for (size_t seed = 0; seed < N_SEEDS; seed++) {
        const double here = mean_of(results[seed].loss, TEST_LEN / 2, TEST_LEN);
        trained += mean_of(results[seed].loss, BACK, TRAIN_LEN) / N_SEEDS;
        beyond += mean_of(results[seed].loss, TRAIN_LEN, TEST_LEN / 2) / N_SEEDS;
        far_out += here / N_SEEDS;
        window += results[seed].in_window / N_SEEDS;
        far += results[seed].far / N_SEEDS;
        best = fmin(best, here);
        worst = fmax(worst, here);
    }
    printf("%-18s %7.2f %8.2f %8.2f   %5.2f to %4.2f", scheme_names[positions], trained,
           beyond, far_out, best, worst);
    if (which == THREE_BACK)
        printf(" %12.2f %13.0f%%", window, 100.0 * far);
    printf("\n");
}

static void draw_losses(const char *name, const char *title,
                        measurement results[N_SCHEMES][N_SEEDS], const bool *done)
{
    FILE *file = open_figure(name);
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: %s\n# x: position\n# y: loss (nats)\n# zero: yes\n",
            title);
    fprintf(file, "position");
    for (size_t s = 0; s < N_SCHEMES; s++)
        if (done[s])
            fprintf(file, "\t%s", scheme_names[s]);
    for (size_t t = BACK; t < TEST_LEN; t++) {
        fprintf(file, "\n%zu", t);
        for (size_t s = 0; s < N_SCHEMES; s++) {
            double loss = 0.0;
            for (size_t seed = 0; seed < N_SEEDS; seed++)
                loss += results[s][seed].loss[t] / N_SEEDS;
            if (done[s])
                fprintf(file, "\t%.4f", loss);
        }
    }
    fprintf(file, "\n");
    fclose(file);
}

// RoPE's loss at each position, seed by seed.
static void draw_seeds(const measurement results[N_SEEDS])
{
    FILE *file = open_figure("rope-seeds");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: RoPE, seed by seed\n# x: position\n"
                  "# y: loss (nats)\n# zero: yes\nposition");
    for (size_t seed = 0; seed < N_SEEDS; seed++)
        fprintf(file, "\tseed %zu", seed + 1);
    for (size_t t = BACK; t < TEST_LEN; t++) {
        fprintf(file, "\n%zu", t);
        for (size_t seed = 0; seed < N_SEEDS; seed++)
            fprintf(file, "\t%.4f", results[seed].loss[t]);
    }
    fprintf(file, "\n");
    fclose(file);
}

// RoPE's mean score at a distance, over the seeds: all dials, and the two fast ones.
static double mean_score(const measurement results[N_SEEDS], size_t distance, bool fast)
{
    double sum = 0.0;
    for (size_t seed = 0; seed < N_SEEDS; seed++)
        sum += fast ? results[seed].fast[distance] : results[seed].score[distance];
    return sum / N_SEEDS;
}

static void draw_dial_scores(const measurement results[N_SEEDS])
{
    FILE *file = open_figure("rope-scores");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: RoPE: mean score at each distance\n"
                  "# x: distance (tokens)\n# y: score\n"
                  "distance\tall 16 dials\tdials 2 to 15\n");
    for (size_t t = 0; t < TEST_LEN; t++)
        fprintf(file, "%zu\t%.4f\t%.4f\n", t, mean_score(results, t, false),
                mean_score(results, t, false) - mean_score(results, t, true));
    fclose(file);
}

// Who listens to whom, in one test sequence, up to token 32.
static void draw_attention(workshop *w)
{
    static const char *const names[N_SCHEMES] = {"attention-none", "attention-table",
                                                 "attention-sinusoid", "attention-rope",
                                                 "attention-rope-base-2"};
    uint32_t ids[TEST_LEN];
    uint64_t state = 31;
    draw_ids(ids, TEST_LEN, &state);
    const bool written = forward(&w->a, &w->m, ids, TEST_LEN);
    FILE *file = written ? open_figure(names[w->m.scheme]) : NULL;
    if (file == NULL)
        return;
    begin_map(file, scheme_names[w->m.scheme], TEST_LEN / 2);
    for (size_t t = 0; t < TEST_LEN / 2; t++) {
        fprintf(file, "%zu", t);
        for (size_t s = 0; s < TEST_LEN / 2; s++)
            fprintf(file, "\t%.3f", (double)w->a.att[t * TEST_LEN + s]);
        fprintf(file, "\n");
    }
    fclose(file);
}

// Trains and measures one scheme with all seeds; false if an exercise is missing.
static bool contest(measurement *results, workshop *w, scheme positions, task which)
{
    for (size_t seed = 0; seed < N_SEEDS; seed++) {
        if (!train(w, positions, which, seed + 1) || !measure(&results[seed], w, which))
            return false;
        if (seed == 0 && which == THREE_BACK)
            draw_attention(w);
    }
    return true;
}

static void run_task(measurement results[N_SCHEMES][N_SEEDS], bool *done, workshop *w,
                     task which)
{
    const bool keys = which == THREE_BACK;
    printf("%19sloss at positions           32..63:%s\n", "",
           keys ? "      16 keys   attention on" : "");
    printf("%-18s   3..15   16..31   32..63  best to worst%s\n", "positions",
           keys ? "    seen     16.. back" : "");
    for (size_t s = 0; s < N_SCHEMES; s++) {
        done[s] = contest(results[s], w, (scheme)s, which);
        clear_live_line();
        if (done[s])
            print_row(results[s], (scheme)s, which);
        else
            scheme_waits((scheme)s);
        fflush(stdout);
    }
}

static void show_dial_scores(const measurement results[N_SEEDS])
{
    static const size_t distances[] = {3, 6, 9, 15, 22, 47, 60};
    static const char *const parts[] = {"dials 0 and 1", "dials 2 to 15", "all dials"};
    heading("What RoPE's dials say");
    printf("mean score at distance");
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++)
        printf("%8zu", distances[i]);
    for (size_t part = 0; part < 3; part++) {
        printf("\n%-22s", parts[part]);
        for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
            const double fast = mean_score(results, distances[i], true);
            const double all = mean_score(results, distances[i], false);
            printf("%8.1f", part == 0 ? fast : part == 1 ? all - fast : all);
        }
    }
    printf("\n44 tokens are %.2f turns of dial 0 and %.2f turns of dial 1\n",
           44.0 / turn_length(0, WIDTH, 1e4), 44.0 / turn_length(1, WIDTH, 1e4));
    draw_seeds(results);
    draw_dial_scores(results);
}

static void show_three_back(measurement results[N_SCHEMES][N_SEEDS], workshop *w)
{
    bool done[N_SCHEMES];
    double blind[TEST_LEN];
    heading("Say again the token three back");
    printf("trained at length 16; nats a token, mean of %d seeds; guessing costs %.4f\n",
           N_SEEDS, log((double)VOCAB));
    run_task(results, done, w, THREE_BACK);
    measure_without_order(blind);
    printf("%-18s %7.2f %8.2f %8.2f\n", "best without order",
           mean_of(blind, BACK, TRAIN_LEN), mean_of(blind, TRAIN_LEN, TEST_LEN / 2),
           mean_of(blind, TEST_LEN / 2, TEST_LEN));
    draw_losses("loss-three-back", "The token three back: loss at each position", results,
                done);
    if (done[ROPE])
        show_dial_scores(results[ROPE]);
}

/*
::: {.output section="Say again the token three back"}
:::

![The loss at each position, mean of four seeds. Training ended at position 15: look at
what each line does there.](figure:loss-three-back){#fig-loss-three-back}

Up to position 15 all four schemes have learnt the task; the loss is 0 to two decimals.
Without positions the model stays at
[2.06]{.n section="Say again the token three back"}: better than guessing, because it
can prefer what it has heard, and not as good as the best without order. So the task
needs order, and each of the remedies supplies it. Then comes token 16.

**The learned table falls off a cliff.** Rows 16 to 63 still hold the random numbers they
were born with; no gradient ever reached them. The loss jumps to
[5.83]{.n section="Say again the token three back"}, twice that of blind guessing: the
model is not unsure, it is sure and wrong. GPT-2 spares itself this by having no such
rows at all.

**The sinusoid goes astray too.** Its rows beyond 15 are perfectly well defined. But the
model learnt what to do with sixteen particular rows, and a rule that works on sixteen
rows need not work on the next. Some positions come out well, others terribly, and each
seed chooses other ones. The hope that a fixed table carries a model past its training
length is not borne out here, nor was it by larger tests [@press2022].

**RoPE holds on for a while, and then fails as well.** Up to position 31 it is nearly
perfect. Beyond, the mean is [0.79]{.n section="Say again the token three back"}, and the
four seeds range from [0.51]{.n section="Say again the token three back"} to
[1.09]{.n section="Say again the token three back"}. It degrades more gently than the others, and it does
degrade.

::: belief
"RoPE generalises to longer sequences." The paper itself lists the *flexibility* of being
expanded to any length among its properties [@su2021], and flexible it is: nothing stops
you from computing the angle at position one million. What the angle means to the model
is another matter. Larger studies agree with our small one: with RoPE, models extrapolate
poorly, unless something is done about it [@press2022; @chen2023; @kazemnejad2023].
:::

The two extra columns say what breaks. With only the last 16 keys in view, RoPE is back
at [0.00]{.n section="Say again the token three back"}, at positions it has never been to.
Positions are no problem for it at all; *distances* of 16 and more are. A third of its
attention ([34%]{.n section="Say again the token three back"}) had gone there. The table
is not cured in this way, and the sinusoid only in part: they know positions, and the
positions are still new.

The pictures show it happen. This is where each model looks, in the first 32 tokens of a
test sequence. The right answer is the diagonal three to the left. Cover the lower half
with your hand, and all three look alike.

![Learned table. Below row 15 the diagonal is gone: untrained rows look anywhere.](figure:attention-table){#fig-attention-table}

![Sinusoid. The diagonal fades, and echoes of it appear six tokens further back, which is
one turn of the fastest hand.](figure:attention-sinusoid){#fig-attention-sinusoid}

![RoPE. The diagonal goes on. Look in the lower left for the first faint marks of
something else.](figure:attention-rope){#fig-attention-rope}

## What the dials say

Now the prediction that could go wrong. With base 2 every dial finishes its turn within
16 tokens. That head scores [0.00]{.n section="Say again the token three back"} at all
positions up to 63, with all four seeds. Same code, same training, one constant changed.
So the dials do decide. But *how* do they? Look at RoPE with base 10,000, seed by seed.

![RoPE, each seed by itself. All four break at the same place.](figure:rope-seeds){#fig-rope-seeds}

Four models that started from different numbers, and all of them fail from position 47
on. That is no accident, and we can find out why: the score is a sum over dials, so we
can ask each dial what it says. Two of the sixteen finish a turn within the training
length, dials 0 and 1, after 6.3 and 11.2 tokens. The other fourteen do not.

::: {.output section="What RoPE's dials say"}
:::

![The score at each distance. The line of dials 2 to 15 is nearly flat: the two fast dials
do all the work. Compare the peaks at 3 and at 47.](figure:rope-scores){#fig-rope-scores}

The model has built its answer out of the two dials that it saw go round. Both say
"here!" at distance 3. One alone would say so again 6 tokens later; the other contradicts
it, and within 16 tokens the two never agree a second time so well. That is all training
asked for. But 44 tokens are almost exactly 7 turns of the one and 4 of the other, so at
distance 47 both stand where they stood at 3, and say
[12.4]{.n section="What RoPE's dials say"} once more. The whole score is
[11.2]{.n section="What RoPE's dials say"} there, and
[12.2]{.n section="What RoPE's dials say"} at the right answer. The first token that can
look 47 back stands at position 47.

The fourteen slow dials could tell 47 from 3. But in 16 tokens they hardly moved, so they
hardly mattered, and nothing taught the model to listen to them. This is what a dial that
never finishes a turn does to a model: over the lengths it was trained on, it is almost a
constant. What it will say later has never been compared with anything. In a head with
base 2 all sixteen dials take part, at sixteen different speeds, and they do not agree
again within 64 tokens. (With enough tokens they would. Only four seeds and 64 positions
have been tested here.)

So why does not everybody use base 2? Ask another question.

## The other question

Same models, same training, another task: **say again the first token** of the sequence.
Now the answer does not lie at a fixed distance. It lies at a fixed position.

::: predict
Which scheme wins this time, and what will the head with base 2 do?
:::
*/

// RoPE's mean score at a few distances, over the seeds.
static void print_climb(const measurement results[N_SEEDS], scheme positions)
{
    printf("%-16s", scheme_names[positions]);
    for (size_t distance = 0; distance <= 18; distance += 3)
        printf("%8.1f", mean_score(results, distance, false));
    printf("\n");
}

static void show_first_token(measurement results[N_SCHEMES][N_SEEDS], workshop *w)
{
    bool done[N_SCHEMES];
    heading("Say again the first token");
    run_task(results, done, w, FIRST_TOKEN);
    draw_losses("loss-first-token", "The first token: loss at each position", results,
                done);
    if (!done[ROPE])
        return;
    printf("%-16s", "score, distance");
    for (size_t distance = 0; distance <= 18; distance += 3)
        printf("%8zu", distance);
    printf("\n");
    print_climb(results[ROPE], ROPE);
    print_climb(results[ROPE_SHORT], ROPE_SHORT);
}

/*
::: {.output section="Say again the first token"}
:::

![The other task. The order of the schemes has turned round.](figure:loss-first-token){#fig-loss-first-token}

The ranking is turned upside down. The learned table, hopeless a moment ago, now holds:
row 0 is a trained row, every token can look for it, and it stays where it is however long
the text grows. The sinusoid keeps up for long and loses its way after position 50. RoPE
has no place to point at. All it can do is to prefer the farther token, whatever the
distance, and the last lines of the output show that it learnt to: the score climbs all
the way from distance 0 to 15. There the lesson ended. At 18 it is falling already, and
the loss beyond 15 is [7.16]{.n section="Say again the first token"}, far worse than
guessing. Base 2 cannot even learn the task at length 16
([0.73]{.n section="Say again the first token"}). To climb steadily over 15 tokens you
need a dial that moves one way for 15 tokens, a slow one. Slow dials are how RoPE tells
far from near; base 2 has none.

So which one is best? Nobody asked "best at what" as plainly as these two tables do.
A scheme decides which questions are easy to ask: *how far back* for RoPE, *which place*
for a table. And of the eight trainings with positions, on two tasks, only one scores 0 at
lengths that it has not seen. When you read that a model was "extended" from 4,096 tokens to 32,768,
somebody changed the angles (dividing all positions by eight is one way) *and trained on*
[@chen2023].

What this experiment does not show: these are models of one layer and one head, on two
toy tasks. In a deep model the causal mask adds information of its own, and language asks
both kinds of questions at once. The mechanisms are the same ones; the numbers are not.

## What a rotation costs

A sine and a cosine cost many times what a multiplication does. A head of 128 dimensions
at 4,096 positions has 262,144 angles, and 32 heads times two (queries and keys) times
every layer would ask for the same ones again. Here is the plain way, which calls `sinf`
and `cosf` for every pair that it turns:
*/

// x turned as by rope_interleaved, every angle computed where it is needed
static void rope_by_calls(float *x, const float *frequencies, size_t n_tokens,
                          size_t n_heads, size_t d_head)
{
    for (size_t row = 0; row < n_tokens * n_heads; row++) {
        float *pair = x + row * d_head;
        for (size_t i = 0; i < d_head / 2; i++) {
            const float angle = (float)(row / n_heads) * frequencies[i];
            const float c = cosf(angle), s = sinf(angle);
            const float a = pair[2 * i], b = pair[2 * i + 1];
            pair[2 * i] = a * c - b * s;
            pair[2 * i + 1] = a * s + b * c;
        }
    }
}

/*
With the table, four multiplications and two additions are left for each pair, and your
loop does nothing else. How fast can that be? It must read every number and write it
back. So does `memcpy`, which computes nothing at all: it is the ceiling. In fact a
rotation in place can be *faster* than a copy, because a copy writes to other memory
than it reads, and so moves more of it.

`make bench` measures the ratios on your machine, for the queries of a large head
(4,096 tokens × 32 heads × 128 dimensions, 67 MB) and for GPT-2's shape (1,024 × 12 ×
64). Where the array fits into the cache a copy costs almost nothing, and the rotation
then takes somewhat longer than the copy; that line comes without a promise.
*/

typedef struct {
    float *x, *copy;        // [n_tokens][n_heads][d_head]
    float *cosines, *sines; // [n_tokens][d_head / 2]
    size_t n_tokens, n_heads, d_head;
} arena;

static arena arena_open(size_t n_tokens, size_t n_heads, size_t d_head)
{
    const size_t n = n_tokens * n_heads * d_head, n_angles = n_tokens * (d_head / 2);
    arena a = {.n_tokens = n_tokens, .n_heads = n_heads, .d_head = d_head};
    a.x = allocate(n * sizeof *a.x);
    a.copy = allocate(n * sizeof *a.copy);
    a.cosines = allocate(n_angles * sizeof *a.cosines);
    a.sines = allocate(n_angles * sizeof *a.sines);
    for (size_t i = 0; i < n; i++)
        a.x[i] = a.copy[i] = (float)(i % 7);
    rope_table(a.cosines, a.sines, n_tokens, d_head, 10000.0);
    return a;
}

static void arena_close(arena *a)
{
    free(a->x);
    free(a->copy);
    free(a->cosines);
    free(a->sines);
}

// A compiler that knows memcpy leaves out a copy that nobody reads; so it must not know.
static void *(*volatile const some_memcpy)(void *, const void *, size_t) = memcpy;

static double time_copy(const arena *a)
{
    const double start = seconds();
    some_memcpy(a->copy, a->x, a->n_tokens * a->n_heads * a->d_head * sizeof(float));
    return seconds() - start;
}

// Seconds for one turn of the whole array; NAN if the exercise is not written.
static double time_rope(const arena *a, rope_function *rope)
{
    const double start = seconds();
    const bool written =
        rope(a->x, a->cosines, a->sines, a->n_tokens, a->n_heads, a->d_head);
    return written ? seconds() - start : NAN;
}

// Best of five.
static double time_calls(const arena *a)
{
    float frequencies[64];
    double best = INFINITY;
    for (size_t i = 0; i < a->d_head / 2; i++)
        frequencies[i] = powf(10000.0f, -2.0f * (float)i / (float)a->d_head);
    for (size_t round = 0; round < 5; round++) {
        const double start = seconds();
        rope_by_calls(a->x, frequencies, a->n_tokens, a->n_heads, a->d_head);
        best = fmin(best, seconds() - start);
    }
    return best;
}

static void report(const char *what, double ratio, bool at_least, double want)
{
    const bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-58s ~%-7.3g want %s %-4g %s\n", what, ratio, at_least ? ">=" : "<=", want,
           ok ? "ok" : "missed");
}

// Best of `rounds` for a copy and a turn, taken in turns.
static void race(double *copy, double *turned, const arena *a, rope_function *rope,
                 size_t rounds)
{
    *copy = INFINITY, *turned = INFINITY;
    for (size_t round = 0; round < rounds; round++) {
        *copy = fmin(*copy, time_copy(a));
        *turned = fmin(*turned, time_rope(a, rope));
    }
}

static void bench_rope(const char *name, rope_function *rope)
{
    static const size_t shapes[3][4] = {
        {4096, 32, 128, 60}, {1024, 12, 64, 300}, {256, 12, 64, 2000}};
    for (size_t s = 0; s < 3; s++) {
        const size_t *shape = shapes[s];
        arena a = arena_open(shape[0], shape[1], shape[2]);
        char what[96];
        double copy, turned;
        race(&copy, &turned, &a, rope, shape[3]);
        snprintf(what, sizeof what, "time of %s / memcpy, %zu x %zu x %zu", name,
                 shape[0], shape[1], shape[2]);
        if (s < 2)
            report(what, turned / copy, false, 1.0);
        else
            printf("%-58s ~%-7.3g (in the cache)\n", what, turned / copy);
        if (s == 1)
            report("time of sinf and cosf for each pair / the same",
                   time_calls(&a) / turned, true, 10.0);
        arena_close(&a);
    }
}

static int bench(void)
{
    const float one[2] = {1.0f, 0.0f};
    float x[2] = {1.0f, 0.0f};
    heading("Benchmark: a turn in place against one copy");
    if (rope_interleaved(x, one, one + 1, 1, 1, 2))
        bench_rope("rope_interleaved", rope_interleaved);
    else
        waits_for("4.4", "rope_interleaved");
    if (rope_half_split(x, one, one + 1, 1, 1, 2))
        bench_rope("rope_half_split", rope_half_split);
    else
        waits_for("4.5", "rope_half_split");
    return 0;
}

static void show_contest(void)
{
    workshop *w = allocate(sizeof *w);
    measurement(*results)[N_SEEDS] = allocate(N_SCHEMES * sizeof *results);
    w->steps_done = 0;
    w->start = seconds();
    show_gradients(w);
    show_three_back(results, w);
    show_first_token(results, w);
    free(results);
    free(w);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "bench") == 0)
        return bench();
    if (argc > 1) {
        fprintf(stderr, "04_positions: the only argument that I know is \"bench\"\n");
        return 2;
    }
    show_shuffle();
    show_table();
    show_sinusoid();
    show_rope();
    show_scores();
    draw_score_maps();
    show_dials();
    show_contest();
    return 0;
}

/*
## What you can now explain

- Why a head without positions is equivariant and not invariant, what a causal mask
  changes about that, and which of its outputs really are invariant.
- What a learned table of positions costs, and why it ends where it ends.
- How the sinusoid's rows are readings of clocks, and why its dot products cannot tell
  left from right although a model that uses it can.
- Why a score between two turned vectors depends on their distance only, and why each
  vector by itself does not.
- What the two layouts of RoPE have in common, and what happens if they meet.
- Why "it has a value for every position" and "the model works at every position" are
  two statements, and what dials that never finish a turn have to do with it.

## Three questions to think about

::: think
RoPE turns queries and keys. What would go wrong if it turned the values too?

:::: answer
The output would be a mixture of values turned by the absolute positions of the tokens
they come from. The scores cancel their turns against each other, because a score is made
of two turned vectors. A value meets no partner: nothing cancels, and the same word says
something different at every place. (One can repair that by turning the output back by
the position of the token that asks. Then it depends on distances again. It is a different
method, and not what RoPE models do.)
::::
:::

::: think
The mean of all outputs did not move when the words were shuffled. Which kinds of models
should worry about that?

:::: answer
Any model that has no causal mask and no positions and that averages its tokens at the
end, for example to get one vector for a sentence. *Dog bites man* and *man bites dog*
would get the same vector, exactly. Encoders of sentences therefore need positions even
though their last step is an average.
::::
:::

::: think
At position 40 our RoPE model fails, and with 16 keys in view it does not. Could one
simply always hide all keys but the last 16?

:::: answer
For "three back", yes, and it is a real technique: sliding-window attention. For "the
first token", no: the answer is out of view from position 16 on, whatever the weights.
Hiding far keys replaces a wrong answer about the distance by no answer at all.
::::
:::

## What to read next

- Vaswani and others [-@vaswani2017, sec. 3.5] give the sinusoid in half a page, with
  the reasons they had.
- Su and others [-@su2021] derive the rotation from the wish that scores depend on the
  distance only, a good exercise in asking for what you want and solving for it.
- Press and others [-@press2022] drop rotations and tables and subtract a penalty that
  grows with the distance from the score; they also coined the question "train short,
  test long?".
- Kazemnejad and others [-@kazemnejad2023] ask it of five schemes on larger tasks than
  ours, and one of their best has no positions at all.
- Chapter 5 goes to the other end of the model, where a second table waits, or the same
  one again.
*/

/*
## Hints {#hints}

::: {.hint exercise="4.1"}
For one token that asks, you need a row of scores, then a row of shares, then one mixed
vector. Can the scores and the shares live in the same row of `att`? And which entries of
that row exist when `causal` is true?
:::

::: {.hint exercise="4.1"}
With $K = t + 1$ if causal, else $K$ = `n_tokens`:
$z_s = \sum_i q[t d + i]\, k[s d + i] / \sqrt d$ for $s < K$;
$\mathrm{att}[t T + s] = e^{z_s - \max z} / \sum_{r < K} e^{z_r - \max z}$, and 0 for
$s \ge K$; $\mathrm{out}[t d + i] = \sum_{s < K} \mathrm{att}[t T + s]\, v[s d + i]$.
:::

::: {.hint exercise="4.1"}
Refuse sizes of 0. Then for each token $t$: a loop over the keys it may hear stores the
scaled dot products in row $t$ of `att` and remembers the largest; a second loop replaces
each by its exponential (largest subtracted) and adds them up; a third divides by the sum;
a fourth writes 0 to the rest of the row. Last, for each of the `d_head` numbers, a sum
over the keys of share times value goes to `out`.
:::

::: {.hint exercise="4.2"}
Which row of `wpe` belongs to the token at position $t$? Does it depend on which token
stands there? And what must be decided before the first number changes?
:::

::: {.hint exercise="4.2"}
$x[t d + i] \mathrel{+}= \mathrm{wpe}[t d + i]$ for $t <$ `n_tokens`, $i < d$, if
`n_tokens` $\le$ `max_seq_len`.
:::

::: {.hint exercise="4.2"}
First return false if there are more tokens than rows. Then two loops, over positions and
over dimensions, add the number of `wpe` at the same place to the number of `x`. Both
matrices have rows of `d_model` numbers.
:::

::: {.hint exercise="4.3"}
A pair of columns belongs to one hand. How fast does hand 0 turn? Hand 1? What is the
exponent of 10,000 for the last hand?
:::

::: {.hint exercise="4.3"}
For $i = 0 \ldots d/2 - 1$: $\theta_i = 10000^{-2i/d}$,
$\mathrm{wpe}[p d + 2i] = \sin(p\,\theta_i)$,
$\mathrm{wpe}[p d + 2i + 1] = \cos(p\,\theta_i)$.
:::

::: {.hint exercise="4.3"}
Refuse a `d_model` that is 0 or odd. Loop over the `d_model / 2` hands and compute the
speed of each with `pow`, as a `double`; mind that `2 * i / d_model` in whole numbers is
always 0. Inside, loop over the positions, multiply the speed by the position, and store
`sin` of it in the even column and `cos` in the odd one.
:::

::: {.hint exercise="4.4"}
Where do the two members of pair $i$ lie in their row? Which row of the tables belongs to
token $t$, and how long is it? What happens to the second formula if the first has already
stored its result?
:::

::: {.hint exercise="4.4"}
Row $r = t H + h$ of `x` starts at $r\,d$ and its angles at $t\,d/2$. With
$a = x[rd + 2i]$, $b = x[rd + 2i + 1]$, $c$ and $s$ from the tables at $t\,d/2 + i$:
$x[rd + 2i] = ac - bs$ and $x[rd + 2i + 1] = as + bc$.
:::

::: {.hint exercise="4.4"}
Refuse a `d_head` that is 0 or odd. Three loops: over tokens, over heads, over the
`d_head / 2` pairs. Copy both numbers of the pair into local variables, read the cosine
and the sine of this token and this pair, and store the two turned numbers.
:::

::: {.hint exercise="4.5"}
What changes against exercise 4.4: the formulas, the tables, or only where the two
members of a pair lie?
:::

::: {.hint exercise="4.5"}
As in 4.4, with $a = x[rd + i]$ and $b = x[rd + i + d/2]$, and results to the same two
places.
:::

::: {.hint exercise="4.5"}
Take the loops of 4.4. Let one pointer stand at the start of the head's row and another
`d_head / 2` numbers further on. Pair $i$ is number $i$ of the first and number $i$ of the
second.
:::

::: {.hint exercise="4.6"}
By which angle do the two turns of pair $i$ differ? Which sign does it have if the key
stands to the left of the query?
:::

::: {.hint exercise="4.6"}
$\varphi_i = (n - m)\, b^{-2i/d}$ with $b$ the base, and the score is
$\sum_i \big[(q_{2i} k_{2i} + q_{2i+1} k_{2i+1}) \cos\varphi_i + (q_{2i+1} k_{2i} -
q_{2i} k_{2i+1}) \sin\varphi_i\big]$.
:::

::: {.hint exercise="4.6"}
Refuse a `d_head` that is 0 or odd. Convert $m$ and $n$ to `double` before you subtract.
One loop over the pairs: compute the angle with `pow`, the two products in brackets, and
add both terms to a `double` sum. Store the sum through the pointer as a `float`.
:::
*/
