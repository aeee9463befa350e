/*
# One table or two? {#heads}

A language model meets its words twice. At the bottom, an id comes in and a row of
numbers goes up: that is the embedding table, `wte`. At the top, a row of numbers
arrives and every word of the vocabulary gets a score: that is the head,
`lm_head`, which has a row of numbers for each word too. (It shares no more than the
name with the attention heads of chapter 4.) In chapter 3 they were two tables, and we
trained both.

GPT-2 has only one. Its published code makes a single matrix `wte`, gathers rows
from it at the bottom, and multiplies by the very same matrix at the top
[@gpt2code, `src/model.py`]. This is called **weight tying**, and for the smallest
GPT-2 it saves [38,597,376]{.n section="GPT-2 with one table and with two"}
numbers.

![One table, used twice. At the bottom the id picks one row of it; at the top every row
of it gives a score. What lies between the two uses is the body of the
model.](drawing:one-table-two-uses){alt="One table, wte, with a row for each of a, b, c
and d. At the bottom the id 3 picks the row of d, which goes up into the body of the
model; out of the body comes h, on a dashed line; at the top h meets all four rows of the
same table, and each gives one score."}

Is that a bargain or a mistake? The words are the same words, says one side, so of course
their vectors are the same vectors. Reading a word and saying it are opposite jobs, says the
other. Both are half right. [With *nothing* between its two uses, a single table fails at
a task that a child would call trivial: why can no training help it?]{.teaser} With a little
something in between, 32 × 32 numbers in our case, its loss comes within about a twentieth of
a nat of that of two tables, which have twice its numbers.

So the chapter has three parts: why one bare table fails, what one table costs and saves once
there is something in between, and, last, what has become of it. Is it the table that reads, or
the table that says?

You need the softmax, the cross-entropy and the gradient of chapter 3, the cosine of
chapter 1, and no more. Most of the run's time goes into a novel, which three models read
twice.
*/

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

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/*
## Two ends of the same shape

The smallest next-word model has nothing between its two ends. The last word has
id $x$; its row of the input table is $e_x$, a row of $d$ numbers. The score of
each of the $V$ words $v$ is the dot product of that row with row $u_v$ of the head:

$$z_v = e_x \cdot u_v = \sum_{i=0}^{d-1} e_{xi} \, u_{vi}$$

The softmax turns these scores, the **logits**, into probabilities. To tie the
model is to use the same rows at both ends, $u_v = e_v$, so that

$$z_v = e_x \cdot e_v.$$

## A ring of four words

Here is a language of four words, a, b, c and d. After a always comes b, after b
comes c, after c comes d, and after d comes a again. There is nothing to know but four facts.

How well does a model do? We measure its loss: the mean of $-\ln p$, where $p$ is
the probability that it gave to the word that came. A model that knows nothing
gives each word 1/4, and has the loss $\ln 4 =$
[1.3863]{.n section="100,000 random tables on the ring"}. A perfect one has the
loss 0.
*/

// mean over t of log(sum over v of exp(z[v])) - z[targets[t]], z[v] = in[ids[t]] . out[v]
//   in, out [vocab_size][d_model]   ids, targets [n_tokens]
static double pair_loss(const float *in, const float *out, const uint32_t *ids,
                        const uint32_t *targets, size_t n_tokens, size_t vocab_size,
                        size_t d_model)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const float *h = in + ids[t] * d_model;
        double wanted = dot(h, out + targets[t] * d_model, d_model), sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += exp(dot(h, out + v * d_model, d_model) - wanted);
        loss += log(sum);
    }
    return loss / (double)n_tokens;
}

static const uint32_t ring_ids[4] = {0, 1, 2, 3};
static const uint32_t ring_targets[4] = {1, 2, 3, 0};

/*
Before anything is trained, let us throw dice: a hundred thousand random tables, four rows
of four numbers each, small ones and large ones. For each we ask for the loss as a tied
model, and then for the loss with a second random table as its head.

::: predict
By luck, some of the untied pairs will be better than chance. What share of them?
And of the tied ones?

:::: answer
[20,073]{.n section="100,000 random tables on the ring"} of 100,000 untied pairs, and not
one of the tied ones.
::::
:::

::: {.output section="100,000 random tables on the ring"}
:::

Perhaps the good tied tables are only rare, and must be trained? To train one we need its gradient.

## Two gradients for one table

In a tied model every number is used in two places. Let us keep the places apart for a
moment, as if there were two tables that happen to be equal.

Chapter 3 gave us the slope of the loss for each logit, in code `dlogits[t][v]`: $p_v$ for all
words but one, and $p_v - 1$ for the word that came, divided by the number of positions. What
is left is the step from the logits to the table.

One logit is $z_v = e_x \cdot e_v$, where $x$ is the id that was read. Nudge
number $i$ of row $x$: the logit moves by $e_{vi}$ times the nudge. Nudge number
$i$ of row $v$: it moves by $e_{xi}$ times the nudge. So every `dlogits[t][v]`
leaves a trace in two rows:

- in row $x$, `dlogits[t][v]` times row $v$: the **input half**;
- in row $v$, `dlogits[t][v]` times row $x$: the **output half**.

And where $v = x$ both traces fall into the same row, as they should: the square
$e^2$ has the slope $2e$, not $e$.
*/

/*
## Exercise 5.1: both halves into one table {#tied-backward .exercise}

Add both halves to `dwte`, for every position and every word. The two formulas
below are the whole exercise; what it takes is to keep the two roles of `wte`
apart in your head.

Worked by hand, with $d = 1$: a table of two rows, (2) and (3), the text is the
single id 1, and `dlogits` is (0.5, −0.5).

| trace                      | goes to row | amount                                |
|:---------------------------|:------------|:--------------------------------------|
| input half, $v = 0$        | 1           | $0.5 \cdot 2 = 1$                     |
| input half, $v = 1$        | 1           | $-0.5 \cdot 3 = -1.5$                 |
| output half, $v = 0$       | 0           | $0.5 \cdot 3 = 1.5$                   |
| output half, $v = 1$       | 1           | $-0.5 \cdot 3 = -1.5$                 |

If `dwte` was (0, 0), it is (1.5, −2) now. As with every `_backward` in this
course you *add* to what `dwte` holds; the caller has set it to zero first. All reads are
from `wte`, which does not change; `dwte` is only added to. An id that is not below
`vocab_size`, anywhere, makes the call fail before the first number is added. No ids at all
are fine, and add nothing; so do rows of no numbers.
*/

// dwte[ids[t]][i] += dlogits[t][v] * wte[v][i]          the input half, every t and v
// dwte[v][i]      += dlogits[t][v] * wte[ids[t]][i]     the output half, every t and v
//   dwte, wte [vocab_size][d_model]   dlogits [n_tokens][vocab_size]   ids [n_tokens]
// false, and dwte untouched, if an id is not below vocab_size, whatever d_model is;
// else true, also for no ids or d_model 0: nothing to add
EXERCISE bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                            const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    // your code here
    (void)dwte, (void)dlogits, (void)wte, (void)ids, (void)n_tokens, (void)vocab_size,
        (void)d_model;
    return false;
}

/*
## Do the two halves add up?

The program compares your sums with slopes that need no formula. It nudges a number of one
of the two equal tables up and down, and sees how the loss responds, as chapter 3 did with its
logits (a **finite difference**); then it does the same with the other table. They have four
rows of two, and the text is 0, 2, 2, 1: row 3 is never read. Each line of the output is
number $i$ of row $v$.
*/

enum { SMALL_V = 4, SMALL_D = 2, SMALL_T = 4 };

static const uint32_t small_ids[SMALL_T] = {0, 2, 2, 1};
static const uint32_t small_targets[SMALL_T] = {1, 3, 0, 2};

static void fill_small(float *wte)
{
    for (size_t v = 0; v < SMALL_V; v++)
        for (size_t i = 0; i < SMALL_D; i++)
            wte[v * SMALL_D + i] = 0.1f * (float)(v + 1) - 0.3f * (float)i;
}

// how steeply the loss rises with number k of `nudged`, which is either `in` or `out`
static double slope(float *nudged, size_t k, const float *in, const float *out)
{
    const float kept = nudged[k], step = 1.0f / 1024.0f;
    nudged[k] = kept + step;
    double width = (double)nudged[k];
    double up = pair_loss(in, out, small_ids, small_targets, SMALL_T, SMALL_V, SMALL_D);
    nudged[k] = kept - step;
    width -= (double)nudged[k];
    double down = pair_loss(in, out, small_ids, small_targets, SMALL_T, SMALL_V, SMALL_D);
    nudged[k] = kept;
    return (up - down) / width;
}

/*
::: {.output section="Both halves of the tied gradient"}
:::

![One table, two gradients. The input half reaches only the rows that were read: row 3 is
zero. The output half reaches every row, and so does the sum. (Each number is rounded by
itself.)](drawing:two-halves){alt="Three small tables of four rows and two numbers: input
half plus output half equals the gradient of the tied table. Row 3 of the input half is
exactly 0 and 0, drawn empty; in the output half it is -0.0170 and -0.0187, and so in the
sum."}

Look at row 3. As an input it was not there, and its first half is zero: in
chapter 3 such a row stood still. But it *was* there as a possible answer, at all
four positions, and was wrong every time but one. Its output half is not zero, so
the tied table moves it.

::: belief
**"A training step changes only the rows of the words in the batch."** This is
true for the input table of an untied model trained with plain gradient descent;
chapter 3 built its fast update on it. It is not true for GPT-2. In a tied table
every row is also a row of the head, and the head takes part in every prediction,
so every row has a gradient at every step. (The optimizers that such models are
trained with add reasons of their own.)
:::

## Right, and stuck

Your gradient agrees with the nudges, so let it train: one table for the ring of four words,
which begins with twelve random numbers in each row. A step reads all four words once, and
then moves every number against its gradient, by a learning rate of 0.5: that is the plain
gradient descent of chapter 3, 20,000 steps of it.

::: predict
To know nothing costs $\ln 4 =$ 1.3863. Where does the table end?

:::: answer
At [1.3863]{.n section="One table on the ring" at="4 words:3"}. It begins above chance, at
[2.654]{.n section="One table on the ring"}, comes down to it, and stops there.
::::
:::

::: {.output section="One table on the ring" set="ring"}
:::

The gradient is right, and yet nothing is learned. Is it the start, the rate, the width? It is
none of them: there is nothing to be found. (`build/05_heads ring=5` tries a longer ring; the
second question at the end asks about it.)

### Why no table can do it

No table of four rows brings the loss on this ring below $\ln 4$, of whatever width, trained
in whatever way. The best that it can do is to give up: make all scores equal, and guess.

::: think
Why? Two facts are enough: the logarithm of a mean is at least the mean of the logarithms, and
a square is never negative.

:::: answer
Call the four rows $e_a, e_b, e_c, e_d$. For one word, the loss is the logarithm of the
sum of $e^{z}$ over its four scores, minus the score of the right word. The
logarithm of a mean is at least the mean of the logarithms, so the first part is
at least $\ln 4$ plus the *mean* of the four scores:

$$
\begin{aligned}
\text{loss} - \ln 4 \ge {} & \text{mean of the scores} \\
& - \text{the right word's score}.
\end{aligned}
$$

Take the mean of this over the four words. The sixteen scores are all the products
of the four rows with the four rows, so their sum is $|e_a + e_b + e_c + e_d|^2$. The
four right ones are
$e_a \cdot e_b + e_b \cdot e_c + e_c \cdot e_d + e_d \cdot e_a$
$= (e_a + e_c) \cdot (e_b + e_d)$.
Write $p = e_a + e_c$ and $q = e_b + e_d$, and the right side is

$$\frac{|p+q|^2}{16} - \frac{p \cdot q}{4} \;=\; \frac{|p-q|^2}{16} \;\ge\; 0.$$

So the loss is at least $\ln 4$. It is exactly that only where all scores of each word are
equal, and then $|e_a - e_b|^2$ $= e_a \cdot e_a - 2 \, e_a \cdot e_b + e_b \cdot e_b = 0$, and so
for any two: to give up is to make all four rows the same row.
::::
:::

### Two faults {#heads-faults}

Two things went wrong at once, and it is worth telling them apart.

**The scores are symmetric.** $e_a \cdot e_b$ is both the score of b after a and
the score of a after b. The model cannot tell before from after. A model with this
fault alone could still know that b's neighbours are a and c, and toss a coin; we shall
see that it cannot do better.

**A word likes itself.** $e_x \cdot e_x$ is a sum of squares, never negative. And not every
other score can outdo it: of two rows, the longer one scores itself at least as high as it
scores the other. (That is the inequality of Cauchy and Schwarz,
$e_a \cdot e_b \le |e_a| |e_b|$.) But in our language no word follows itself.

![Left, the language: each word has one follower. Right, the scores of one bare table,
with the rows (1, 0), (0, 1), (−1, 0) and (0, −1). Look across the diagonal: b after a has
the same score as a after b. And look along it: each word likes itself
best.](drawing:four-points){alt="Left, a ring of arrows: a to b, b to c, c to d, d back to
a. Right, a square of scores, one row for the word that was read, one column for the word
that may come: 1 on the diagonal, minus 1 for the word opposite, 0 for both neighbours.
The right answers, marked by a frame, all have the score 0; so have their mirror
images."}

## A quarter turn

Now put the smallest possible thing between the two ends. Take the four rows of the
picture, $e_a = (1, 0)$, $e_b = (0, 1)$, $e_c = (-1, 0)$ and $e_d = (0, -1)$: they lie on
a circle. Before a row meets the head, *turn* it by a quarter: $(x, y)$ becomes $(-y, x)$.
The row of a, turned, points at b. The row of b points at c. At the head stand the
same four rows as before, and every word points at its follower. To be more
certain, stretch the turned row by some number $s$: then the right word has the
score $s$, the word before it $-s$, and the two others 0.
*/

// turned [4][2]: the four points, turned and stretched
static void turn_points(float *turned, const float *points, double degrees,
                        double stretch)
{
    const double angle = degrees * 3.14159265358979323846 / 180.0;
    const float c = (float)(stretch * cos(angle)), s = (float)(stretch * sin(angle));
    for (size_t v = 0; v < 4; v++) {
        turned[v * 2] = c * points[v * 2] - s * points[v * 2 + 1];
        turned[v * 2 + 1] = s * points[v * 2] + c * points[v * 2 + 1];
    }
}

// the loss of the four points, turned and stretched before they meet themselves
static double turned_loss(const float *points, double degrees, double stretch)
{
    float turned[4 * 2];
    turn_points(turned, points, degrees, stretch);
    return pair_loss(turned, points, ring_ids, ring_targets, 4, 4, 2);
}

/*
::: {.output section="Four points and a quarter turn" set="points turn"}
:::

![The same four rows with a quarter turn before the head. Each turned row points at its
follower: now the right word has the largest score, s, and its mirror image the
smallest.](drawing:quarter-turn){alt="Left, a circle with the points a at (1, 0), b at (0,
1), c at (-1, 0) and d at (0, -1); arrows along a circle carry each point onto the next, a
onto b, b onto c, c onto d, d onto a. Right, the square of scores: s for the follower,
marked by a frame, minus s for the word before, 0 for the word itself and for the word
opposite."}

One table, two numbers a word. As they are, the rows have a loss of
[1.6265]{.n section="Four points and a quarter turn"}, worse than chance; turned, and
stretched by 16, one of [0.0000]{.n section="Four points and a quarter turn" at="loss:4"}.
The turn and the stretch together are one matrix with $d \times d$ numbers. For $d = 2$:

$$
h = e_x M, \quad M = s \begin{pmatrix} 0 & 1 \\ -1 & 0 \end{pmatrix}, \quad
z_v = h \cdot e_v.
$$

It cures both faults. The score of b after a, $e_a M \cdot e_b$, and that of a after b,
$e_b M \cdot e_a$, can be different numbers now, and a word's score for itself,
$e_a M \cdot e_a$, can be anything, here 0.

Try it: `build/05_heads turn=-90` makes every word say the one before it, `turn=45` points between
the word itself and the next one, and cannot tell which, and `points="1,0 0,1 -1,0 0,-2"` makes d
loud.

::: aside
In chapter 4 turns did another job: RoPE tells positions apart by turning queries and keys.
Here a turn tells "who comes next?" from "who is it?".
:::

## A matrix in between

The quarter turn was a matrix that we chose. Let the model choose it: give it
$d \times d$ numbers of its own, `m`, and train them along with the table. The row
that is read becomes $h = e_x M$, and $h$ meets the head. In full, with the
indices that the code uses,

$$h_{tj} = \sum_i e_{x_t i} \, M_{ij}, \qquad z_{tv} = \sum_j h_{tj} \, e_{vj}.$$

Row $i$ of $M$ belongs to number $i$ of the row that comes *in*; column $j$ to
number $j$ of what goes *out*. The row (1, 2) times the quarter turn (0, 1 above
−1, 0) is $(1 \cdot 0 + 2 \cdot (-1), \; 1 \cdot 1 + 2 \cdot 0) = (-2, 1)$. The
other way round it would be (2, −1), a quarter turn backwards, and every word
would predict the one before it.

## Exercise 5.2: the gradient through the matrix {#tied-projection-backward .exercise}

Now three things are used, and three things get a share. Walk from the loss
backwards, one product at a time.

The logits came from $h$ and the head, as before, with $h$ in the place of $e_x$: the
head's row $v$ gets `dlogits[t][v]` times $h$, and $h$ itself gets a slope, `dh`, which is
the sum over $v$ of `dlogits[t][v]` times row $v$.

And $h$ came from row $x$ and the matrix. Number $i$ of row $x$ entered $h_j$ with
the factor $M_{ij}$, so it gets $M_{ij}$ times `dh[j]`, for all $j$. Number
$M_{ij}$ entered $h_j$ with the factor $e_{xi}$, so it gets $e_{xi}$ times
`dh[j]`.

By hand, with $d = 2$: the table has the rows (5, 0) and (1, 2), the matrix the
rows (1, 3) and (2, 0); the text is the single id 1, and `dlogits` is (0.5, −0.5).

| what               | amount                                                      |
|:-------------------|:------------------------------------------------------------|
| `h`                | $(1 \cdot 1 + 2 \cdot 2,$ $1 \cdot 3 + 2 \cdot 0)$ $= (5, 3)$ |
| `dh`               | $0.5 \, (5, 0) - 0.5 \, (1, 2) = (2, -1)$                   |
| output half, row 0 | $0.5 \, (5, 3) = (2.5, 1.5)$                                |
| output half, row 1 | $-0.5 \, (5, 3) = (-2.5, -1.5)$                             |
| input half, row 1  | $(1 \cdot 2 + 3 \cdot (-1),$ $2 \cdot 2 + 0 \cdot (-1))$ $= (-1, 4)$ |
| `dm`, row 0        | $1 \, (2, -1) = (2, -1)$                                    |
| `dm`, row 1        | $2 \, (2, -1) = (4, -2)$                                    |

So zeros become `dwte` = (2.5, 1.5), (−3.5, 2.5) and `dm` = (2, −1), (4, −2). On
the way up the row meets the *columns* of the matrix, on the way down `dh` meets
its *rows*. Add, do not set; and if an id is not below `vocab_size`, leave both
outputs alone.
*/

// h[t][j]         =  sum over i of wte[ids[t]][i] * m[i][j]
// dh[t][j]        =  sum over v of dlogits[t][v] * wte[v][j]
// dwte[v][j]      += dlogits[t][v] * h[t][j]             the output half, every t and v
// dwte[ids[t]][i] += sum over j of m[i][j] * dh[t][j]    the input half, every t
// dm[i][j]        += wte[ids[t]][i] * dh[t][j]           every t
//   dwte, wte [vocab_size][d_model]   dm, m [d_model][d_model]
//   dlogits [n_tokens][vocab_size]    ids [n_tokens]
// false, and dwte and dm untouched, if an id is not below vocab_size, whatever d_model is;
// else true, also for no ids or d_model 0: nothing to add
EXERCISE bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                                       const float *wte, const float *m,
                                       const uint32_t *ids, size_t n_tokens,
                                       size_t vocab_size, size_t d_model)
{
    // your code here
    (void)dwte, (void)dm, (void)dlogits, (void)wte, (void)m, (void)ids, (void)n_tokens,
        (void)vocab_size, (void)d_model;
    return false;
}

/*
## Stuck, half stuck, free

Back to the ring, now with a matrix to be trained along with the table. To tell the two faults
apart, we train three such models, and leave each with what we want it to have:

- The first has a *symmetric* matrix: after each step we force $M_{ij} = M_{ji}$. Then
  $e_a M \cdot e_b = e_b M \cdot e_a$, but $e_x M \cdot e_x$ may be anything. The first fault is
  left, alone.
- The second keeps each word's score for itself. After each step the symmetric part of $M$, that
  is $\frac12 (M + M^{\mathsf T})$, is put back to 1 on the diagonal and 0 elsewhere. The rest of
  $M$, call it $A$, changes its sign when it is transposed. It adds nothing to the score of a word
  for itself: $e_x A \cdot e_x$ is a number, so transposing changes nothing; but $A$ transposed is
  $-A$. So it is 0. The score is $|e_x|^2$, as without a matrix. The second fault is left, and with
  it the *sum* of each pair's two scores, $2 \, e_x \cdot e_v$.
- In the third the matrix may be anything.

All begin with the rows that the bare table began with, and with a matrix near the one that
changes nothing, 1 on the diagonal and 0 elsewhere; rate and steps are as before.

::: predict
The bare table ended at chance, 1.3863. Where do these three end?

:::: answer
With a symmetric matrix at [0.6932]{.n section="Trained on the ring"}, halfway. The two others
at 0: that a word likes itself costs nothing here, by itself.
::::
:::

::: {.output section="Trained on the ring"}
:::

![The loss on the ring of four words, from the first step on. Look at the flat ends: one table alone
stops at chance, and stays there; with a symmetric matrix it learns who the neighbours are, and
tosses a coin; with the symmetry gone it goes to zero, whether or not each word keeps its score for
itself.](figure:heads-ring){#fig-heads-ring}

### Two faults, cured one by one

The symmetric matrix may score a word as low for itself as it likes, so the second fault is gone,
and the loss falls from $\ln 4$ to $\ln 2$; there the first fault holds it. (It is still creeping
down to $\ln 2 = 0.6931$; to arrive, it would need infinitely large scores.) The other way round,
one cure is enough: with the symmetry gone, the score of the next word can outgrow the score of a
word for itself. In brackets the output has their means in the end:
[6.2]{.n section="Trained on the ring"} for itself and [19.2]{.n section="Trained on the ring"} for
the next word. So on the ring the symmetry is what binds, and a word's liking for itself costs
something only on top of it. On a novel, we shall see, both cost something.

::: aside
When a loss falls a little and then nothing helps, neither more width nor another learning rate nor
more time, look for a symmetry in the model that the task does not have.
:::

::: think
Why can no symmetric matrix, and no training, bring the loss below $\ln 2$?

:::: answer
Of the sum inside the logarithm keep two terms only, the next word and the previous one. What
we leave out is positive, so for the word x, with $\delta_x$ the score of the previous word
minus that of the next,

$$\text{loss of } x \;\ge\; \ln \left( 1 + e^{\delta_x} \right).$$

The curve $\ln (1 + e^{\delta})$ bends upwards, so its mean is at least its value at the
mean of the $\delta_x$. And that mean is 0. Go round the ring and add up the scores of all
next words: b after a, c after b, d after c, a after d. Then those of all previous words:
a after b, b after c, c after d, d after a. By symmetry it is the same sum. What is left
is $\ln (1 + 1) = \ln 2$.
::::
:::

## Three models read a novel

Now for a real text: Jane Austen's *Emma*, cut into words as in chapter 3. The 1,999 most
frequent ones get an id of their own, in the order of their frequency, and all the others
share id 0, which the program writes as `<unk>`. The last twentieth of the text is kept out of
the training; what the models score there is the **held-out** loss. (`TEXT=path make chapter5`
takes [a text of your own](#reading-the-novel).)

A model is a table, a head, and perhaps a matrix. In a tied model the head *is* the table: two
pointers to the same memory. That is all that tying means in code.
*/

enum { D = 32, BATCH = 32 };

struct model {
    size_t vocab_size;
    float *wte;              // [vocab_size][D]
    float *lm_head;          // [vocab_size][D]; in a tied model the same memory as wte
    float *m;                // [D][D], or NULL
    float m_rate;            // the matrix moves at this share of the learning rate
    float in_rate, out_rate; // shares of the two halves: 1, but for the controls
    bool self_out;           // a control: no word but <unk> has a score for itself
    void (*hold)(float *m,
                 size_t n); // what is done to m after a step: NULL, or a control
};

// w[i] -= lr * dw[i]
static void descend(float *w, const float *dw, float lr, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] -= lr * dw[i];
}

// only now does anything move: both halves were taken from the table as it was
//   dlm_head [vocab_size][D] the output half   dx [BATCH][D] the input half   dm [D][D]
static void update(struct model *model, const float *dlm_head, const float *dx,
                   const float *dm, const uint32_t *ids, float lr)
{
    descend(model->lm_head, dlm_head, lr * model->out_rate, model->vocab_size * D);
    for (size_t t = 0; t < BATCH; t++)
        descend(model->wte + ids[t] * D, dx + t * D, lr * model->in_rate, D);
    if (model->m != NULL)
        descend(model->m, dm, lr * model->m_rate, D * D);
    if (model->hold != NULL)
        model->hold(model->m, D);
}

/*
One step reads 32 words, and the same `update` serves all three models. In an untied one,
`lm_head` and `wte` are two arrays, and each gets its half. In a tied one they are the same
array, and it gets both. The two halves come from [fast products](#the-same-products-faster)
that do what your functions do. On the first batch of the novel, with random numbers in the matrix,
the program holds your function against them, and says under "yours" whether both find the same
gradient.

::: belief
**"The head is the embedding table transposed."** On paper the scores of a row $h$
are $h E^{\mathsf T}$, so it looks as if the head had to be stored the other way
round. But the transpose is in the *product*, not in the storage. A Linear layer
from $d$ numbers to $V$ scores keeps a `weight` of $V$ rows and $d$ columns
(chapter 1, exercise 1.4), which is exactly the shape of the table. That is why
tying takes a single assignment in PyTorch, `lm_head.weight = wte.weight`, and no
transpose.
:::

### Three models, one text

Training goes through the text twice. 32 readers sit at 32 places of the novel and
read a word each; the steps are taken in a random order, the same for all three
models. The learning rate falls in a straight line to 0, so that the models come to rest.
It begins where the held-out loss is best for *that* model, of nine rates that `controls=1`
tries: at 6 for the two tables, at 5 for the bare tied one, at 1.5 for the one with the matrix.
(So the held-out text has chosen the rates, and each loss below is a little flattered by it.)

::: predict
Two tables have twice the numbers of one. By how much will the tied models be
worse: the bare one, and the one with 32\ ×\ 32 numbers in between?

:::: answer
The bare one by nearly a nat: [5.272]{.n section="Three models read a novel"}, and the two
tables [4.329]{.n section="Three models read a novel"}. The one with the matrix by a twentieth
of a nat: [4.375]{.n section="Three models read a novel"}.
::::
:::

::: {.output section="Three models read a novel" set="passes rate matrix"}
:::

![Held-out loss while the three models read, without the first fall. Look at the curve of the bare
tied table: for two thirds of the way it is above the line of a model that knows nothing but
frequencies, and it ends a little below. (The large bump in it comes with its high rate: with
`rate=2` there is none.) The model with the matrix stays close above the untied
one.](figure:heads-novel){#fig-heads-novel}

The ring was no toy. In the novel, too, the bare tied table is nearly useless: its
loss is [5.272]{.n section="Three models read a novel"}, and to know only how
frequent the words are, from the part that was read, gives
[5.444]{.n section="Three models read a novel"}. The
column "again", how probable a model finds the same word again, shows the second fault at
work. In the held-out part of *Emma* a word is followed by itself
[0.43]{.n section="Three models read a novel"} % of the time
([39]{.n section="Three models read a novel"} of [40]{.n section="Three models read a novel"} times
it is `<unk>`: two rare words, which share an id). A model that knows only frequencies expects it
[1.62]{.n section="Three models read a novel"} % of the time, the bare tied model
[9.48]{.n section="Three models read a novel"} %: a word likes itself.

And then 1,024 numbers more, and the loss is
[4.375]{.n section="Three models read a novel"}, beside
[4.329]{.n section="Three models read a novel"} for the two tables, with
[65,024]{.n section="Three models read a novel"} parameters instead of
[128,000]{.n section="Three models read a novel"}. (At one rate for all the order can turn:
`rate=1.5` sets it for all three models, the two tables end at 4.413, and seem to be the worse
ones.)

### Which fault was it?

`controls=3` trains the two halfway models of the ring on the novel, too, each at the best of the
nine rates. Then it trains all four once more with the self-scores "taken out": in the softmax the
score of a word for itself is 0, whatever the rows are. (Only `<unk>`, which does follow itself, keeps its own.)

| one table and      | left over | again, % | loss | taken out |
|:-------------------|:-----------|------:|---------:|----------:|
| no matrix          | both faults | [9.48]{.n section="Three models read a novel"} | [5.272]{.n section="Three models read a novel"} | 4.998 |
| a symmetric matrix | symmetry   | 1.37 | 4.824 | 4.816 |
| self-scores kept   | symmetric part | 4.98 | 4.619 | 4.528 |
| any matrix         | nothing | [0.52]{.n section="Three models read a novel"} | [4.375]{.n section="Three models read a novel"} | 4.371 |

Both, and the symmetry is the dearer one again: left alone, it costs 0.4 to 0.5 nats, by seed and by
where the matrix begins (`seed=`, `start=`). The other is not left alone here: to keep the
self-scores we fixed the whole symmetric part of $M$, and with it the sum of each pair's two scores.
Together these cost 0.24. A word's liking for itself has a share in it: with the self-scores taken
out, 4.619 falls to 4.528.

## At equal width, and at equal size

Is a twentieth of a nat more than luck? And was it fair, twice the numbers against half of them? So
each model is trained from eight seeds, and one more rival has the same *size* as the tied ones: two
tables with rows of 16 numbers are 64,000 numbers, as many as one table with rows of 32. This is
what `controls=2` finds. The last column is the loss on the text that was read in training (and the
last row comes later):

| eight seeds              | rate |  mean | least |  most | training |
|:-------------------------|-----:|------:|------:|------:|---------:|
| untied                   |    6 | 4.327 | 4.322 | 4.329 |    4.186 |
| untied + matrix          |    2 | 4.350 | 4.346 | 4.354 |    4.254 |
| untied, rows of 16       |    6 | 4.360 | 4.354 | 4.363 |    4.266 |
| tied + matrix            |  1.5 | 4.377 | 4.369 | 4.382 |    4.310 |
| tied                     |    5 | 5.273 | 5.269 | 5.278 |    5.267 |
| tied + matrix, in halves |    6 | 4.354 | 4.352 | 4.358 |    4.279 |

This is after two passes. At equal *width*, tying costs 0.050 nats and saves half of the numbers. At
equal *size* the two narrow tables are ahead by 0.017, and no pair of seeds overlaps. Bare tying
loses by nearly a nat, whatever the rate. (This is one novel, a model with no body, and plain
gradient descent: do not carry the third digit elsewhere.)

Why does the matrix not buy back all that bare tying loses? One answer is certain. The score
$e_x M \cdot e_v$ is that of two tables whose second one is made from the first, with the rows
$u_v = e_v M^{\mathsf T}$. So two free tables can say all that the tied model can, and more, and
in training they have the lower loss: 4.186 against 4.310.

Could it also be how a model gets there? "untied + matrix" can say exactly what "untied" can, for
its matrix could be multiplied into either table. Yet it is behind in training, too: 4.254 against
4.186. And one table of width 32 can say all that the two narrow ones can: write their two rows side
by side, and let the matrix carry the first half onto the second. It, too, is behind: 4.310 against
4.266. That can only come from the training.

::: think
Among the nine rates of `controls=1` the tied model with a matrix runs away
at 3, and the untied one with a matrix at 4, where the models without a matrix are still
getting better. Is it the pace of the matrix?

:::: answer
Slow it down. With `controls=1 matrix=0.1` the matrix moves at a tenth of the table's rate, and the
untied one, at its best rate, ends at 4.339, with 0.003 at 4.324, where the two tables alone end at
4.329. The tied model gains nothing by that alone: 4.376 with 0.1, 4.379 with 0.003, against 4.375.
::::
:::

But it begins with the matrix that changes nothing, as the bare model that we know to be bad. With
`start=1` it begins as the two narrow tables, with the matrix that carries one half of a row onto
the other. At full pace that start gains nothing either (4.373). Both together, at a pace of 0.003,
end at 4.354, the last row above. So on the held-out text nearly half of the 0.050 is won back, and
0.027 is left. At equal size one table is not behind there any more, but ahead by 0.006 (the ranges
overlap); after four passes by 0.005 to 0.014, in three seeds (`controls=1 passes=4 start=1
matrix=0.003`). On the text that was read it is still a little behind the narrow tables, which it
contains: 4.279 to 4.266.

### Two jobs, or one?

So the question has its answer. One table is enough, if something stands between its two uses; on
the held-out text, after two passes, two tables of the same width do a little better, and two of
half the width do not, if the matrix begins well and moves slowly.

::: belief
**"Reading a word and predicting it are opposite jobs, so one table cannot do
both."** The first half is right, and the bare model shows what comes of ignoring
it. The second half does not follow. The jobs differ by something that all words
have in common, the step from "this word" to "what comes after it", and such a
step can be learned once for all words, by a matrix. In the smallest GPT-2 there is
not one matrix between the two uses of the table but twelve blocks of attention and
Linear layers: room enough for such a step.
:::

::: belief
**"The model must understand its own output, so input and output share a table."** What
they must share is the *vocabulary*: what comes out as number 3,797 goes in again as
number 3,797, and has to mean the same piece of text. That holds for untied models just as
well. The list of words is one thing, the rows of numbers are another.
:::

Two questions are left: what a second table costs in a large model, and what has become of the one
that does both jobs. First the cost.

## What a second table costs

A GPT-2 has two tables at the bottom: `wte` with $V = 50{,}257$ rows, and the
positions `wpe` with $T_{\max} = 1{,}024$. Then come $L$ equal blocks, and one last
normalisation. A **block** is one round of the body: attention (chapter 4), then
two Linear layers with a fixed curve between them (without it the two would be one); a normalisation
stands in front of the attention, and one in front of the two layers. A **normalisation** shifts and stretches the $d$ numbers of a row so that their mean
is 0 and the mean of their squares 1; then it multiplies each by a weight of its
own and adds a bias of its own. With $d$ numbers a row, this is what a block holds
[@gpt2code]:

| part of a block                               | weights     | biases    |
|:----------------------------------------------|------------:|----------:|
| normalisation before the attention            | $d$         | $d$       |
| query, key and value: $d$ numbers to $3d$     | $3d^2$      | $3d$      |
| attention output: $d$ to $d$                  | $d^2$       | $d$       |
| normalisation before the two layers           | $d$         | $d$       |
| first layer: $d$ to $4d$                      | $4d^2$      | $4d$      |
| second layer: $4d$ to $d$                     | $4d^2$      | $d$       |

Together $12d^2 + 13d$. The last normalisation has $2d$ more.
*/

/*
## Exercise 5.3: count GPT-2 {#gpt2-parameter-count .exercise}

Count the parameters of a GPT-2 of any size. Two switches change the count. Is the
model `tied`? If not, a head of its own adds another $V d$. And does the
query-key-value layer have its bias (`qkv_bias`)? If not, each block has $3d$
numbers fewer.

A tiny one by hand: $V = 5$, $T_{\max} = 7$, one block, $d = 2$.

| part                  | count                                     |
|:----------------------|:------------------------------------------|
| `wte`                 | $5 \cdot 2 = 10$                          |
| `wpe`                 | $7 \cdot 2 = 14$                          |
| block                 | $12 \cdot 4 + 13 \cdot 2 = 74$            |
| last normalisation    | $2 \cdot 2 = 4$                           |
| **tied**              | **102**                                   |
| untied                | 112                                       |
| untied, no QKV bias   | 106                                       |

No blocks at all is a model too, and counts. A vocabulary, a length or a width of
0 is not: return `false` and leave `n_params` alone. Count in `uint64_t`: GPT-3
has 175 billion parameters [@brown2020, table 2.1], and 32 bits end at 4.3
billion.
*/

// *n_params = (vocab_size + max_seq_len) d + n_layers (12 d^2 + 13 d) + 2 d,  d = d_model
//   + vocab_size d if it is not tied;  - 3 d for each layer if it has no qkv_bias
// false, and *n_params untouched, if vocab_size, max_seq_len or d_model is 0
EXERCISE bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size,
                                   size_t max_seq_len, size_t n_layers, size_t d_model,
                                   bool qkv_bias, bool tied)
{
    // your code here
    (void)n_params, (void)vocab_size, (void)max_seq_len, (void)n_layers, (void)d_model,
        (void)qkv_bias, (void)tied;
    return false;
}

/*
### In a small model and in a large one

::: {.output section="GPT-2 with one table and with two"}
:::

![Parameters of GPT-2's four sizes. Look at how the step from tied to untied shrinks beside the
body: the table grows with $d$, the body with $L d^2$. From small to XL, $d$ a little more than
doubles, and $L$ is four times as large.](figure:heads-gpt2){#fig-heads-gpt2}

In the smallest model the table is
[31.0]{.n section="GPT-2 with one table and with two"} % of all numbers, and a
second one would add as many again. In the largest it is
[5.2]{.n section="GPT-2 with one table and with two"} %. And you find both: the two small models
of the Qwen2 family tie, and the larger ones do not [@qwen2].

::: belief
**"GPT-2 small has 117 million parameters."** So says its paper, and many texts
after it. The formula gives
[124,439,808]{.n section="GPT-2 with one table and with two"}. The authors have
corrected it: the paper's counts "were wrong due to an error" [@gpt2code,
`README.md`], and the code names the models 124M, 355M, 774M and 1558M
[@gpt2code, `DEVELOPERS.md`]. If you count a model
with a head of its own and get
[163,037,184]{.n section="GPT-2 with one table and with two"}, you have counted
the table twice; and without the bias of query, key and value ("no QKV bias" above),
[163,009,536]{.n section="GPT-2 with one table and with two"}.
:::

## Which of the two is it?

The tied table has taken two jobs. Has it become something in between, or has one
of the jobs won?

Chapter 3 found out what the two tables of an untied model look like. The *input*
table groups words by what follows them: two words that are followed by the same
words may have the same row there, for all the model needs. The *output* table
groups words by what precedes them. In English the two are mixed up, so we go back to
a small world in which they are not. Noun 1 and noun 2 are *followed* by the same
verbs, as cat and dog were. Noun 1 and noun 3 are *preceded* by the same adjectives,
as cat and kite were. A fourth noun completes the square. The tied model is the one
with a matrix.

::: predict
In the tied table, which nouns will lie together: 1 and 2, with the same followers, or 1 and
3, with the same predecessors?

:::: answer
1 and 3. Over eight seeds their rows have the mean cosine
[0.80]{.n section="A grammar of four nouns" at="tied  :2"}, those of 1 and 2
[-0.62]{.n section="A grammar of four nouns"}.
::::
:::

![Four nouns in a square. Look at what two of them share: those of a row are followed by the same
verbs, those of a column are preceded by the same
adjectives.](drawing:four-nouns){alt="A square of four nouns: 1 and 2 above, 3 and 4 below. Arrows
lead from a pair of adjectives above down into the column of 1 and 3, and from another pair into the
column of 2 and 4. Arrows lead from the row of 1 and 2 to a pair of verbs at the right, and from the
row of 3 and 4 to another pair."}

The output shows the cosines of two pairs of rows after training: of nouns 1 and 2, which the same
words follow, and of nouns 1 and 3, which the same words precede. Those of the untied model are of
one seed, those of the tied one are means over eight. "wins" is the number of seeds, of eight, in
which the second cosine is the larger one, as in the output table; "loss" is the mean of their
losses. The last three lines are for the next section.

::: {.output section="A grammar of four nouns"}
:::

The untied input table puts together nouns with
the same followers ([0.97]{.n section="A grammar of four nouns"}), the
untied output table nouns with the same predecessors
([0.98]{.n section="A grammar of four nouns"}). The tied table does
what the output table does, for all eight seeds. It leaves it to the matrix to turn
such a row into one that serves as input. Press and Wolf found the same in the
language models of their time: a tied table develops more like the output table of
an untied model than like its input table [@press2017, abstract].

### What decides

A tied row is pulled by two halves of a gradient, and they want different things. Is it their
balance that decides? The program trains from the same eight seeds with only a quarter of the output
half in each step ("1/4 out"), all else as it was, and everything turns: the same predecessors win
for [0]{.n section="A grammar of four nouns" at="1/4 out:5"} of eight seeds. That is not because the
table now moves more slowly beside the matrix: with a quarter of the input half ("1/4 in"), which
slows it too, they win for all eight. Both are so from each of the three starts of the matrix
(`start=`). And all these tables know the grammar: no loss can be below $1.5 \ln 2 = 1.040$, as in
chapter 3, and all of theirs are near it. So the grammar leaves it open what kind of row a tied
table has.

And why does the output half win where both have their full share? Two suspects can be let go
without a run. Read the language *backwards*, so that in each pair of words the later one is read
and the earlier one is said: it is the same grammar again, with verbs for adjectives. And swap the two
ends of the scores $e_x M \cdot e_v$: they are the same with $M$ transposed. Neither has a
preference. What is left to tell one end from the other is the softmax. It compares the words that
may be said: at each position the slopes `dlogits` add up to 0, and what one noun gains as an
answer, its rivals pay. The words that may have been read are compared with nothing.

So the last line compares them, too. "both compared" trains with a second softmax, over all words
that may have been read before the one that came, along with the first, and each moves the model at
half the rate. Now the two ends are treated alike, and there is no winner:
[0.12]{.n section="A grammar of four nouns" at="both compared:1"} and
[0.14]{.n section="A grammar of four nouns" at="both compared:2"}.

With equal halves, then, the tied table leans to the end where words are compared. How far hangs on
the step, and on where the matrix begins. At this rate 1 and 3 win in all eight seeds from each of
the three starts. At a tenth of it, with ten times the steps (`controls=5`), they still do from the
matrix that changes nothing, with the cosines −0.12 and 0.21; from a random one (`start=2`) it is a
draw, 0.39 and 0.39.

### And in the novel?

On the novel there are no such clean groups. But we can ask two tables, word pair by word pair, how
near they put the two words. Their **agreement** is the correlation of all 124,750 cosines between
the 500 most frequent words: 1 if one table's cosines follow the other's along a straight line, 0 if
they do not follow them at all. Each line of the output says how far one table agrees with the two
of the untied model, with the rows as they are, and *centred*: with the mean of these 500 rows
subtracted. The last line says how far the two tables of one untied model agree:
[0.26]{.n section="Whom does the tied table resemble?"}, centred. Between two untied models from
different seeds the input tables agree by 0.81, and the output tables by 0.90, both centred.
(`controls=4` prints these, and what follows.)

::: {.output section="Whom does the tied table resemble?"}
:::

On *Emma* the answer is the same, with less contrast. Centred, the tied table agrees more with the
output table ([0.76]{.n section="Whom does the tied table resemble?"}) than with the input table
([0.58]{.n section="Whom does the tied table resemble?" at="tied:5"}), and *after the matrix* its
rows agree far more with the input table. With the rows as they are, the first line looks like a
draw. But that hangs on the rate: at 1 it is 0.55 and 0.62, at 2 it is 0.63 and 0.52, while the two
centred numbers hardly move. What all rows of a table have in common is in every cosine. Whenever
you compare embeddings by their cosines, ask first whether they have a common part.

Now the balance of the two halves. With other shares of them, this is how far the tied table agrees
with the two others, centred:

| input half | output half |  loss | agrees with input | with output |
|-----------:|------------:|------:|------------------:|------------:|
|          1 |           1 | [4.375]{.n section="Three models read a novel"} | [0.58]{.n section="Whom does the tied table resemble?" at="tied:5"} | [0.76]{.n section="Whom does the tied table resemble?"} |
|        1/2 |         1/2 | 4.398 |              0.56 |        0.75 |
|        1/2 |           1 | 4.390 |              0.45 |        0.83 |
|          1 |         1/2 | 4.388 |              0.69 |        0.63 |
|          2 |           1 | 4.379 |              0.70 |        0.62 |

Here, too, the balance decides. Half of both, a shorter step, changes next to nothing. Half of the
output half turns it, and so does the double of the input half, with a longer step. (`input=` and
`output=` set the two shares.)

The text has a say as well. With `backwards=1` the novel is read from back to front, and it is a
draw: 0.68 against 0.66 (0.67 against 0.66 with `seed=2`). English is not its own mirror
image, and there the softmax is not all that counts. The seed matters little, and so does
the start of the matrix: with the other two seeds that `controls=4` tries, forwards, and with
`start=1` and `start=2` the numbers differ by 0.02 at most.

## Long rows and frequent words

A cosine looks at the direction of a row. The other half of a row is its length,
$|e_v| = \sqrt{e_v \cdot e_v}$, and there, too, the two tables of a trained model differ.

::: belief
**"The length of a word's row shows how probable the word is."** The score is
$z_v = h \cdot u_v = |h| \, |u_v| \cos \varphi$, so a longer row gives a higher
score, does it not? It does where the cosine is positive. Where it is negative, a
longer row gives a *lower* score. Length makes a word louder, and loud can be a
loud yes or a loud no.
:::

We can count it. For a word of the output table, take every place of the training
text, and ask whether its score there is above 0. There, and only there, a longer
row would make the word more probable. To put a word forward *everywhere*, a row
needs something else: a share of the direction that all the $h$ have in common,
their mean $\bar h$. "mean score" is the score that a row has with this mean,
$\bar h \cdot u_v$. The lines are means over the nine most frequent words and over the thousand
rarest; in the last column they are correlated with the logarithm of how often a word occurs, over
all words.
*/

/*
::: {.output section="Long rows and frequent words"}
:::

![The length of each word's row in the two tables of the untied model, against how
often the word occurs. Look at the two clouds: both rise with frequency, but the output
table's to the end. The longest rows of the input table are those of two words that leave no
doubt what follows.](figure:heads-lengths){#fig-heads-lengths}

### How long, how frequent

After two passes length goes with frequency, and closely:
[0.90]{.n section="Long rows and frequent words"}. So the belief has seen something. But look at the
last line. The rarest words have a score above 0 at only
[18]{.n section="Long rows and frequent words" at="above zero:2"} % of all places. At the others,
more than eight in ten, a longer row would make a rare word *less* probable. What puts frequent
words forward is the mean score: positive at the top, negative at the bottom. Read on at the same
rates, and it keeps to frequency, and the length does not: after ten passes (`passes=10`) length
goes with frequency at 0.63 and the mean score at 0.91, after forty at 0.15 and 0.93.

::: belief
**"The magnitude of a row is how much the word means."** This is said of input rows. In
word2vec's tables the squared length of a row goes with how much the word tells
about its neighbours; the rows of the commonest words are short, "the" is among the shortest
[@oyama2023]. Here, after two passes, the two longest input rows are those of "mr" and "mrs", which
tell all about what follows; but on the whole frequent words have longer rows than rare ones, in
both tables. *Longer means more* is no rule for every table.
:::

## How loud a vector is

The other factor of the score is $h$. If $h$ becomes twice as long, all scores double, and the
differences between them too. The ranking of the words stays as it was. So one
might say that the length of $h$ means nothing, that only its direction counts.

A good measure of what it does mean is the **entropy** of the prediction,
$H = -\sum_v p_v \ln p_v$, taken as chapter 3 took that of a text's words: it is the loss
that the model *expects* to have. It is
$\ln V$ when all words are equally probable, and 0 when the model is certain.
*/

/*
## Exercise 5.4: the entropy of a stretched vector {#entropy-at-scale .exercise}

Stretch `h` by `scale`, compute the score of each word, the softmax, and its
entropy in nats (that is, with the natural logarithm). One number, $d = 1$:
$h = (1)$, and the rows are (0) and (1.0986), which is $\ln 3$.

| scale | scores      | softmax       | entropy                                        |
|:------|:------------|:--------------|:-----------------------------------------------|
| 0     | 0, 0        | 1/2, 1/2      | $\ln 2 = 0.6931$                               |
| 1     | 0, $\ln 3$  | 1/4, 3/4      | $0.25 \ln 4$ $+ 0.75 \ln (4/3)$ $= 0.5623$     |
| 2     | 0, $\ln 9$  | 1/10, 9/10    | $0.1 \ln 10$ $+ 0.9 \ln (10/9)$ $= 0.3251$     |

Two traps. $e^z$ leaves the range of a `float` at $z = 89$ and of a `double` at
710, and scores can be larger; subtract the largest score from all of them first,
which changes no probability. And a probability can be too small to be told from
0; $p \ln p$ is then 0 and not NaN, which $0 \cdot \ln 0$ would be in C. (With $z$
the score minus the largest, and $S$ the sum of all $e^z$, the entropy is also
$\ln S - \frac{1}{S}\sum_v z_v e^{z_v}$. That form has no logarithm of a
probability in it.) Do the sums in `double`, and keep probabilities in `double`, too:
where the model is sure, the entropy hangs on how little the best word's probability
falls short of 1, and a `float` rounds that away. If a size is 0, return `NAN`. A scale
of 0 is fine, and so is a negative one.
*/

// - sum over v of p[v] * log(p[v]),  p = softmax(z),  z[v] = scale * (h . wte[v])
//   h [d_model]   wte [vocab_size][d_model]   result in nats
// NAN if a size is 0
EXERCISE float entropy_at_scale(const float *h, const float *wte, float scale,
                                size_t vocab_size, size_t d_model)
{
    // your code here
    (void)h, (void)wte, (void)scale, (void)vocab_size, (void)d_model;
    return NAN;
}

/*
### The same direction, louder

::: {.output section="How loud a vector is" set="loudness word"}
:::

Behind each vector stands its length. The first one is small enough to check by hand:
$h = (1, 2)$ and the rows (1, 0), (0, 1), (1, 1) give the scores 1, 2, 3. Half as long, $h$ leaves
the model unsure ([1.0202]{.n section="How loud a vector is"} of at most $\ln 3 = 1.0986$); twice as
long, it makes it bold ([0.4411]{.n section="How loud a vector is"}).

The other columns are of the untied model: $h$ is the input row of a word, and the scores are those
of all output rows. Stretched by 1, that is, as trained, the model after "any" expects a loss of
[4.1474]{.n section="How loud a vector is"}: many words can follow. After "mr" it knows what comes
(in this cut of the text, a full stop). Not by length alone: the vector of "mr" is the longer one,
[7.45]{.n section="How loud a vector is"} against [3.32]{.n section="How loud a vector is"}; but at
half its length it is nearly as short as that of "any", and still far surer:
[1.4643]{.n section="How loud a vector is"}. Down any column the direction stays, the vector grows,
and the model gets bolder: for a given direction, length says how sure to be. It is what is elsewhere called an inverse **temperature**. When you turn the temperature
of a chat model down to one half, you stretch its last vector by two.

`build/05_heads word=frank loudness=-1` lets you listen to another word, and in the last
line to its vector turned round: the best word has become the worst, and the entropy goes
from 1.7064 to 6.9752, where $\ln 2000 = 7.6009$ is to know nothing.

## Reading a vector in the middle

One thing is left to do with a tied table, and it can be done in any large model.
Since the head can score any row of $d$ numbers, it can score the ones in the
*middle* of a model too. Take the vector somewhere between the bottom and the top,
ask the head for its best words, and you have a glimpse of what the vector is
about at that point. This is called the **logit lens** [@nostalgebraist2020]. (In a
GPT the vector first goes through the model's last normalisation, as it does on its way
out. Our model has none.)
*/

/*
## Exercise 5.5: the logit lens {#logit-lens .exercise}

Find the `n_top` words with the greatest logits $h \cdot e_v$, the greatest first.
If two logits are equal, the smaller id comes first, so that the answer is the
same for everybody. For $h = (1, 2)$ and the four rows (1, 0), (0, 1), (1, 1), (3,
0), the logits are 1, 2, 3, 3. With `n_top` 3 you write 2, 3, 1.

The logit is a dot product, not a cosine: a long row counts for more. Compute it
in `double`. If `n_top` is larger than `vocab_size`, there are not enough words;
then, and if any of the three sizes is 0, return `false` and leave `top` alone. You do not
need a sort, and no memory besides `top`: look for the greatest one, then for the
greatest of those that come after it. (To compare every word with every other one takes too
long where there are many.)
*/

// top[k] = the id v with the k-th greatest sum over i of h[i] * wte[v][i], k from 0
//   of equal ones the smaller id first
//   top [n_top]   h [d_model]   wte [vocab_size][d_model]
// false, and top untouched, if n_top is above vocab_size, or a size is 0
EXERCISE bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                         size_t vocab_size, size_t d_model)
{
    // your code here
    (void)top, (void)h, (void)wte, (void)n_top, (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="Before the matrix and after it" set="word" follows="word"}
:::

Beside the word is the lens on its row as it was read; behind the arrow, the lens on the
same row times the matrix. Before the matrix, "any" is any, every, the, some: the
word itself, and the words that could stand in its place. After it: thing, `<unk>` for
any rare word, body, other. "frank" is frank, and then Churchill.

The last lines count this. How many of the two thousand words are among the first four that the lens
finds on their own row? Before the matrix [1,213]{.n section="Before the matrix and after it"}. (Not
all, for a long row wins many dot products.) After it
[2]{.n section="Before the matrix and after it" at="itself:3"}. That alone proves little: "by dice",
with a matrix of random numbers in the place of the learned one, it is
[3]{.n section="Before the matrix and after it" at="itself:4"}. But the word that really comes next
in the held-out text is among the first four [4.5]{.n section="Before the matrix and after it"}
times in a hundred before the matrix, and [36.6]{.n section="Before the matrix and after it"} times
after it. Frequency alone does not do that: the four most frequent words, named always, are right
[20.4]{.n section="Before the matrix and after it"} times. The matrix has taken the vectors from
"who is it?" to "who comes next?". It does what the quarter turn did to the four points, and it was
learned.

A transformer has many steps for it, and they are not all alike. In GPT-2 the lens found that the
first question is left at once: after the early blocks the vectors hardly ever look like the word
that was read, but like nonsense, or like simple guesses at the next; the later blocks refine the
guess [@nostalgebraist2020]. Do not take the lens for more than it is: it reads the middle of a
model with the eyes of its end.

::: aside
Ask for a word of your own with `word=`. Try "mrs", "ten", or "emma", and see what the
model believes of the heroine.
:::

## What you can now explain

- Why a head has the shape of the table, so that tying needs no transpose.
- Why a bare tied model cannot get below $\ln 4$ on four words in a ring, though its gradient is
  right: its scores are symmetric, and a word scores itself too high. Why symmetric scores alone
  cost $\ln 2$.
- How a matrix of $d \times d$ numbers cures both faults, what they cost on a novel, and how its
  gradient and both halves of the table's are computed.
- What tying costs and saves at equal width and at equal size, and why one rate for all
  is no comparison, nor one start.
- Why every row of a tied table moves at every step, which of two tables it comes to
  resemble, and what has a say in that.
- What tying saves in GPT-2, from the formula, and how little that is in a large model.
- What the length of a row and the length of $h$ do, and what they do not do.

## Three questions to think about

::: think
Does a ring of *two* words, a and b by turns, also hold a bare tied table at
chance? Try it in your head with the rows (1) and (−1).

:::: answer
With those rows it is worse than chance: $a \cdot a = 1$ is the score of
the wrong word, and $a \cdot b = -1$ that of the right one. In general, the loss
of a is $\ln(1 + e^{a \cdot a - a \cdot b})$, and that of b is
$\ln(1 + e^{b \cdot b - a \cdot b})$. The two differences add up to $|a - b|^2$,
so their mean is not negative. And $\ln(1 + e^{\delta})$ rises and bends upwards, so the mean loss
is at least its value at that mean, and so at least $\ln 2$: chance. It is reached with $a = b$.
::::
:::

::: think
With three words (`ring=3`) a bare table has no chance either: it ends at 1.0986, which is $\ln 3$.
From five words on it learns something: `ring=5` ends at 1.5116, where chance is $\ln 5 = 1.6094$.
It learns not who comes next, but who stands far away. Yet for no length from three on does it get
below $\ln 3$. Why?

:::: answer
As [for $\ln 2$](#two-faults-cured-one-by-one), where the matrix was symmetric, but keep three
terms of the sum: the word itself, the next one and the previous one. For the word x the loss is at least
$\ln (1 + e^{\delta_x} + e^{\varepsilon_x})$, with $\varepsilon_x$ the score of x for
itself minus that of the next word. This bends upwards in both, so the mean over the ring
is at least its value at the two means. The mean of $\delta_x$ is 0 by symmetry. And the
mean of $\varepsilon_x$ is not negative: for two neighbours x and y,
$e_x \cdot e_y \le \frac12 (e_x \cdot e_x + e_y \cdot e_y)$, and round the ring each
word is a neighbour twice. So the loss is at least $\ln (1 + 1 + 1)$.
::::
:::

::: think
In the model with a matrix, the rows could be turned: choose any rotation $R$,
replace each row $e_v$ by $e_v R$, and $M$ by $R^{\mathsf T} M R$. What happens to
the scores? What does that say about the columns of the table?

:::: answer
Nothing happens:
$e_x R \, R^{\mathsf T} M R \, R^{\mathsf T} e_v^{\mathsf T} = e_x M e_v^{\mathsf T}$.
The same model can have its rows turned any way, so number 17 of a row means
nothing by itself.
::::
:::

## What to read next

- The third model is older than its fame: with one word of context, and but for its biases, it
  is the log-bilinear model of Mnih and Hinton [-@mnih2007]. The first GPT has tying as an
  equation [@radford2018, eq. 2]; the paper of GPT-2 does not speak of it.
- Press and Wolf [-@press2017] proposed tying for recurrent networks, in seven clear pages; Inan,
  Khosravi and Socher [-@inan2017] come to the same advice from another side. Chung and others
  [-@chung2021] untie again, and find that it helps models that go on to another task.
- Code to learn from comes in both kinds: minGPT has two tables [@mingpt, `mingpt/model.py`],
  nanoGPT and llm.c have one [@nanogpt, `model.py`; @llmc, `train_gpt2.py`].
- Elhage and others [-@elhage2021] begin with a transformer of no blocks at all, which is
  our untied model, and go on from there.
- Oyama, Yokoi and Shimodaira [-@oyama2023] work out what the length of a row says in
  word2vec, where the commonest words have short ones.
- Chapter 6 goes back to the rows that nobody asked for, and finds more reasons for them
  to move.
*/

/*
## Behind the scenes {#heads-behind}

What follows makes the numbers that you have read: the small tools, the reading of the
text, the fast products, the training, and the functions that print and draw. You need
none of it for the exercises. Look in when you want to know how something was measured.
*/

// carried over from chapter 1
static void heading(const char *title)
{
    printf("\n== %s\n", title);
}

static void waits_for(const char *exercise, const char *function)
{
    printf("waits for exercise %s, %s (make hint E=%s)\n", exercise, function, exercise);
}

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
// end of what was carried over

// one sentence for whoever started the program, then the end of it
static _Noreturn void give_up(int status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("05_heads: ", stderr);
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
// end of what was carried over

/*
All random numbers here come from a generator that gives the same ones on every
machine. Adding up twelve of them makes a number that is nearly normal (chapter 2
did it properly; this way needs no logarithm, so not even the last bit depends on
the machine's mathematics library).
*/

// a number in [0, 1)
static double next_uniform(uint64_t *rng)
{
    uint64_t z = (*rng += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

// the sum of twelve such numbers has variance 1, and mean 6
static void fill_normal(float *out, size_t n, float std, uint64_t *rng)
{
    for (size_t i = 0; i < n; i++) {
        double sum = -6.0;
        for (int k = 0; k < 12; k++)
            sum += next_uniform(rng);
        out[i] = std * (float)sum;
    }
}

// 124439808 as 124,439,808
static const char *with_commas(char *out, uint64_t n)
{
    char digits[32], *end = out;
    int n_digits = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int k = 0; k < n_digits; k++) {
        *end++ = digits[k];
        if ((n_digits - 1 - k) % 3 == 0 && k != n_digits - 1)
            *end++ = ',';
    }
    *end = '\0';
    return out;
}

/*
### The ring

Tables by luck, points that are turned, both halves of a gradient, and the training.
*/

enum { N_TRIES = 100000, TRY_D = 4 };

static void show_random_tables(void)
{
    const double chance = log(4.0);
    char number[48];
    size_t tied_below = 0, untied_below = 0;
    uint64_t rng = 5;
    for (size_t k = 0; k < N_TRIES; k++) {
        float in[4 * TRY_D], out[4 * TRY_D], std = 0.05f * (float)(1 + k % 40);
        fill_normal(in, 4 * TRY_D, std, &rng);
        fill_normal(out, 4 * TRY_D, std, &rng);
        tied_below += pair_loss(in, in, ring_ids, ring_targets, 4, 4, TRY_D) < chance;
        untied_below += pair_loss(in, out, ring_ids, ring_targets, 4, 4, TRY_D) < chance;
    }
    heading("100,000 random tables on the ring");
    printf("below ln 4 = %.4f: %s tied,", chance, with_commas(number, tied_below));
    printf(" %s untied\n", with_commas(number, untied_below));
}

// the scores of all four words after word v
static void print_turned_scores(const float *turned, const float *points, size_t v)
{
    printf("after %c", (int)('a' + v));
    for (size_t w = 0; w < 4; w++) {
        const double score = (double)(turned[v * 2] * points[w * 2] +
                                      turned[v * 2 + 1] * points[w * 2 + 1]);
        printf(" %6.2f", fabs(score) < 0.005 ? 0.0 : score); // no minus before 0.00
    }
    printf("\n");
}

static void show_quarter_turn(const float *points, double degrees)
{
    float turned[4 * 2];
    turn_points(turned, points, degrees, 1.0);
    heading("Four points and a quarter turn");
    printf("loss %.4f; turned %.4f, x 16 %.4f\n", turned_loss(points, 0.0, 1.0),
           turned_loss(points, degrees, 1.0), turned_loss(points, degrees, 16.0));
    printf("score of    a      b      c      d\n");
    for (size_t v = 0; v < 4; v++)
        print_turned_scores(turned, points, v);
}

// logits come in; what goes out in their place is
// dlogits[t][v] = (softmax(logits[t])[v] - (v == targets[t])) / n_tokens
//   returns the mean loss
static double loss_and_dlogits(float *logits, const uint32_t *targets, size_t n_tokens,
                               size_t vocab_size)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        float *z = logits + t * vocab_size;
        double wanted = (double)z[targets[t]], sum = 0.0;
        for (size_t v = 0; v < vocab_size; v++)
            sum += exp((double)z[v] - wanted);
        for (size_t v = 0; v < vocab_size; v++) {
            double p = exp((double)z[v] - wanted) / sum;
            z[v] = (float)((p - (v == targets[t] ? 1.0 : 0.0)) / (double)n_tokens);
        }
        loss += log(sum);
    }
    return loss / (double)n_tokens;
}

// logits[t][v] = sum over i, j of wte[ids[t]][i] * m[i][j] * wte[v][j]
//   m NULL: nothing in between, logits[t][v] = sum over i of wte[ids[t]][i] * wte[v][i]
static void tied_forward(float *logits, const float *wte, const float *m,
                         const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                         size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x = wte + ids[t] * d_model;
        float *z = logits + t * vocab_size;
        for (size_t v = 0; v < vocab_size; v++)
            z[v] = m == NULL ? (float)dot(x, wte + v * d_model, d_model) : 0.0f;
        for (size_t j = 0; m != NULL && j < d_model; j++) {
            float h = 0.0f;
            for (size_t i = 0; i < d_model; i++)
                h += x[i] * m[i * d_model + j];
            for (size_t v = 0; v < vocab_size; v++)
                z[v] += h * wte[v * d_model + j];
        }
    }
}

// number k of the table; dwte may be NULL
static void show_halves_of(float *in, float *out, const float *dwte, size_t k)
{
    const double a = slope(in, k, in, out), b = slope(out, k, in, out);
    printf("%zu, %zu %8.4f %9.4f %8.4f", k / SMALL_D, k % SMALL_D, a, b, a + b);
    if (dwte != NULL)
        printf(" %8.4f", (double)dwte[k]);
    printf("\n");
}

static void show_halves(void)
{
    float in[SMALL_V * SMALL_D], out[SMALL_V * SMALL_D], logits[SMALL_T * SMALL_V];
    float dwte[SMALL_V * SMALL_D] = {0};
    fill_small(in);
    fill_small(out);
    tied_forward(logits, in, NULL, small_ids, SMALL_T, SMALL_V, SMALL_D);
    (void)loss_and_dlogits(logits, small_targets, SMALL_T, SMALL_V);
    bool written = tied_backward(dwte, logits, in, small_ids, SMALL_T, SMALL_V, SMALL_D);
    heading("Both halves of the tied gradient");
    printf("v, i as input as output      sum%s\n", written ? "    yours" : "");
    for (size_t k = 0; k < SMALL_V * SMALL_D; k++)
        show_halves_of(in, out, written ? dwte : NULL, k);
    if (!written)
        waits_for("5.1", "tied_backward");
}

enum { RING_MAX = 12, RING_D = 12, N_RING_STEPS = 20000 };

enum middle { BARE, SYMMETRIC, SKEW, FREE, N_MIDDLES };

struct ring {
    float wte[RING_MAX * RING_D];
    float m[RING_D * RING_D];
    float dwte[RING_MAX * RING_D];
    float dm[RING_D * RING_D];
};

static void open_ring(struct ring *ring)
{
    uint64_t rng = 2;
    fill_normal(ring->wte, RING_MAX * RING_D, 0.5f, &rng);
    fill_normal(ring->m, RING_D * RING_D, 0.1f, &rng);
    for (size_t i = 0; i < RING_D; i++)
        ring->m[i * RING_D + i] += 1.0f;
}

// m[i][j] and m[j][i] become their mean
static void make_symmetric(float *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            m[i * n + j] = m[j * n + i] = 0.5f * (m[i * n + j] + m[j * n + i]);
}

// the symmetric part of m becomes 1 on the diagonal and 0 elsewhere: then e m . e = |e|^2
static void keep_self(float *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m[i * n + i] = 1.0f;
        for (size_t j = 0; j < i; j++) {
            const float skew = 0.5f * (m[i * n + j] - m[j * n + i]);
            m[i * n + j] = skew;
            m[j * n + i] = -skew;
        }
    }
}

static void (*const hold[N_MIDDLES])(float *m, size_t n) = {NULL, make_symmetric,
                                                            keep_self, NULL};

// fills the gradients with your functions, and returns the loss
static double ring_gradient(struct ring *ring, enum middle middle, size_t n_words)
{
    uint32_t ids[RING_MAX], targets[RING_MAX];
    float logits[RING_MAX * RING_MAX];
    for (size_t t = 0; t < n_words; t++) {
        ids[t] = (uint32_t)t;
        targets[t] = (uint32_t)((t + 1) % n_words);
    }
    memset(ring->dwte, 0, sizeof ring->dwte);
    memset(ring->dm, 0, sizeof ring->dm);
    tied_forward(logits, ring->wte, middle == BARE ? NULL : ring->m, ids, n_words,
                 n_words, RING_D);
    double loss = loss_and_dlogits(logits, targets, n_words, n_words);
    if (middle == BARE)
        (void)tied_backward(ring->dwte, logits, ring->wte, ids, n_words, n_words, RING_D);
    else
        (void)tied_projection_backward(ring->dwte, ring->dm, logits, ring->wte, ring->m,
                                       ids, n_words, n_words, RING_D);
    return loss;
}

// means over the ring of four: the score of a word for itself, and that of the next word
struct ring_scores {
    double self, next;
};

static struct ring_scores scores_of(const struct ring *ring)
{
    struct ring_scores scores = {0.0, 0.0};
    float logits[4 * 4];
    tied_forward(logits, ring->wte, ring->m, ring_ids, 4, 4, RING_D);
    for (size_t t = 0; t < 4; t++) {
        scores.self += (double)logits[t * 4 + t] / 4.0;
        scores.next += (double)logits[t * 4 + ring_targets[t]] / 4.0;
    }
    return scores;
}

// curve[k]: the loss after k steps; returns the scores in the end
static struct ring_scores train_ring(double *curve, enum middle middle, size_t n_words)
{
    struct ring ring;
    open_ring(&ring);
    for (size_t step = 0; step <= N_RING_STEPS; step++) {
        curve[step] = ring_gradient(&ring, middle, n_words);
        descend(ring.wte, ring.dwte, 0.5f, RING_MAX * RING_D);
        descend(ring.m, ring.dm, 0.5f, RING_D * RING_D);
        if (hold[middle] != NULL)
            hold[middle](ring.m, RING_D);
    }
    return scores_of(&ring);
}

// one word of one number: what do your functions return?
static bool tied_is_written(void)
{
    const uint32_t id = 0;
    const float one = 1.0f;
    float dwte = 0.0f;
    return tied_backward(&dwte, &one, &one, &id, 1, 1, 1);
}

static bool projection_is_written(void)
{
    const uint32_t id = 0;
    const float one = 1.0f;
    float dwte = 0.0f, dm = 0.0f;
    return tied_projection_backward(&dwte, &dm, &one, &one, &one, &id, 1, 1, 1);
}

static void plot_rings(double *const curves[N_MIDDLES])
{
    FILE *figure = open_figure("heads-ring");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: Four words in a ring, one table\n"
                    "# x: steps of gradient descent\n# y: loss (nats for each word)\n"
                    "# xscale: log\n# zero: yes\n"
                    "x\tbare\tsymmetric matrix\tself-scores kept\tany matrix\n");
    for (size_t step = 1; step <= N_RING_STEPS; step += 1 + step / 8)
        fprintf(figure, "%zu\t%.4f\t%.4f\t%.4f\t%.4f\n", step, curves[BARE][step],
                curves[SYMMETRIC][step], curves[SKEW][step], curves[FREE][step]);
    fclose(figure);
}

static void show_bare_ring(size_t n_words)
{
    double *curve = allocate(N_RING_STEPS + 1, sizeof *curve);
    heading("One table on the ring");
    if (tied_is_written()) {
        (void)train_ring(curve, BARE, n_words);
        printf("%zu words: %.3f to %.4f, chance %.4f\n", n_words, curve[0],
               curve[N_RING_STEPS], log((double)n_words));
    } else
        waits_for("5.1", "tied_backward");
    free(curve);
}

// the ring of four words, with nothing in the middle and with three kinds of matrix
static void show_ring(void)
{
    double *curves[N_MIDDLES];
    struct ring_scores scores[N_MIDDLES] = {{0.0, 0.0}};
    const bool bare = tied_is_written(), others = projection_is_written();
    heading("Trained on the ring");
    for (enum middle middle = BARE; middle < N_MIDDLES; middle++) {
        curves[middle] = allocate(N_RING_STEPS + 1, sizeof(double));
        if (middle == BARE ? bare : others)
            scores[middle] = train_ring(curves[middle], middle, 4);
    }
    if (others)
        printf("symmetric %.4f; any matrix %.4f;\n"
               "self-scores kept %.4f (%.1f, next %.1f)\n",
               curves[SYMMETRIC][N_RING_STEPS], curves[FREE][N_RING_STEPS],
               curves[SKEW][N_RING_STEPS], scores[SKEW].self, scores[SKEW].next);
    else
        waits_for("5.2", "tied_projection_backward");
    if (bare && others)
        plot_rings(curves);
    for (enum middle middle = BARE; middle < N_MIDDLES; middle++)
        free(curves[middle]);
}

/*
### Reading the novel

A run of letters and apostrophes is a word, in lower case, and so is each of `. , ; : ! ?`.
With `TEXT=path make chapter5` it is a text of your own, of 4,000 words or more and 2,000
different ones.
*/

enum { VOCAB_SIZE = 2000, MAX_VOCAB = VOCAB_SIZE, MAX_WORDS = 400000 };
enum { MAX_BYTES = 100000000, LEAST_WORDS = 4000, LEAST_DIFFERENT = VOCAB_SIZE };
enum { MOST_HELD_OUT = 20000 };

// carried over from chapter 3
struct text {
    char *bytes;
    size_t size;
};

struct word {
    const char *start;
    size_t length;
    size_t count; // how often it stands in the training part
};

struct corpus {
    struct text text;   // what the words point into
    struct word *words; // [vocab_size], most frequent first; words[0]: all the others
    uint32_t *ids;      // [n_ids]
    size_t n_ids, n_train, n_different, vocab_size;
};

// end of what was carried over

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

// the length of the word that begins at place `at`; 0 if none does
static size_t word_length(const struct text *text, size_t at)
{
    size_t end = at;
    while (end < text->size && is_letter(text->bytes[end]))
        end++;
    if (end == at && memchr(".,;:!?", text->bytes[at], 6))
        end++;
    return end - at;
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

// all words of the text as numbers of the dictionary
static void number_words(struct corpus *corpus, struct dictionary *dictionary)
{
    const struct text *text = &corpus->text;
    for (size_t at = 0, length; at < text->size; at += length ? length : 1) {
        length = word_length(text, at);
        corpus->n_ids += length > 0;
    }
    corpus->ids = allocate(corpus->n_ids, sizeof *corpus->ids);
    size_t p = 0;
    for (size_t at = 0, length; at < text->size; at += length ? length : 1) {
        length = word_length(text, at);
        if (length > 0)
            corpus->ids[p++] = number_of(dictionary, text->bytes + at, length);
    }
}

static int compare_counts(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->start < y->start ? -1 : x->start > y->start;
}

// the ids of the vocabulary in place of the numbers of the dictionary
static void choose_vocabulary(struct corpus *corpus, struct dictionary *dictionary)
{
    size_t n_words = dictionary->n_words;
    struct word *words = allocate(n_words, sizeof *words);
    uint32_t *id_of = allocate(n_words, sizeof *id_of);
    for (size_t p = 0; p < corpus->n_train; p++)
        dictionary->words[corpus->ids[p]].count++;
    memcpy(words, dictionary->words, n_words * sizeof *words);
    qsort(words, n_words, sizeof *words, compare_counts);
    while (n_words > 0 && words[n_words - 1].count == 0)
        n_words--; // seen in the held-out part only
    corpus->vocab_size = (n_words + 1 < MAX_VOCAB ? n_words + 1 : MAX_VOCAB) / 8 * 8;
    corpus->words = allocate(corpus->vocab_size + 1, sizeof *words);
    corpus->words[0] = (struct word){"<unk>", 5, corpus->n_train};
    for (size_t v = 1; v < corpus->vocab_size; v++) {
        corpus->words[v] = words[v - 1];
        corpus->words[0].count -= words[v - 1].count;
        id_of[*find_slot(dictionary, words[v - 1].start, words[v - 1].length) - 1] =
            (uint32_t)v;
    }
    for (size_t p = 0; p < corpus->n_ids; p++)
        corpus->ids[p] = id_of[corpus->ids[p]];
    free(words);
    free(id_of);
}

static struct corpus read_corpus(const char *path)
{
    struct corpus corpus = {.text = read_text(path)};
    struct dictionary dictionary = {0};
    to_lower_case(&corpus.text);
    number_words(&corpus, &dictionary);
    corpus.n_different = dictionary.n_words;
    if (corpus.n_ids < LEAST_WORDS || corpus.n_different < LEAST_DIFFERENT)
        give_up(1,
                "%s is too short: it holds %zu words of the letters a to z, %zu of them "
                "different, and %d and %d are the least (letters with accents, and those "
                "of other alphabets, are dropped)",
                path, corpus.n_ids, corpus.n_different, LEAST_WORDS, LEAST_DIFFERENT);
    const size_t twentieth = corpus.n_ids / 20;
    corpus.n_train =
        corpus.n_ids - (twentieth < MOST_HELD_OUT ? twentieth : MOST_HELD_OUT);
    choose_vocabulary(&corpus, &dictionary);
    free(dictionary.words);
    free(dictionary.slots);
    return corpus;
}

static void close_corpus(struct corpus *corpus)
{
    free(corpus->text.bytes);
    free(corpus->words);
    free(corpus->ids);
}

static int short_length(const struct word *word)
{
    return word->length < 14 ? (int)word->length : 14;
}
// end of what was carried over

/*
A book from Project Gutenberg is read without its licence, ’ is an apostrophe, and letters
that are not a to z are counted and dropped, as in chapter 3.
*/

// carried over from chapter 3
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

// the words of a text that has changed are numbered anew
static void renumber(struct corpus *corpus, const char *path)
{
    struct dictionary dictionary = {0};
    free(corpus->words);
    free(corpus->ids);
    corpus->n_ids = 0;
    number_words(corpus, &dictionary);
    corpus->n_different = dictionary.n_words;
    if (corpus->n_ids < LEAST_WORDS)
        give_up(1, "%s is too short between its *** lines: it holds %zu words there",
                path, corpus->n_ids);
    const size_t twentieth = corpus->n_ids / 20;
    corpus->n_train =
        corpus->n_ids - (twentieth < MOST_HELD_OUT ? twentieth : MOST_HELD_OUT);
    choose_vocabulary(corpus, &dictionary);
    free(dictionary.words);
    free(dictionary.slots);
}
// end of what was carried over

// how often each word stands in the training part
static void count_again(struct corpus *novel)
{
    for (size_t v = 0; v < novel->vocab_size; v++)
        novel->words[v].count = 0;
    for (size_t p = 0; p < novel->n_train; p++)
        novel->words[novel->ids[p]].count++;
}

// of a longer text, the first 400,000 words
static struct corpus open_novel(const char *path)
{
    struct corpus novel = read_corpus(path);
    size_t n_other_letters;
    char cell[48];
    bool is_cut = cut_frame(&novel.text);
    bool is_mended = mend_apostrophes(&novel.text, &n_other_letters) > 0;
    if (is_cut)
        printf("%s: read is what stands between its lines *** START and *** END\n", path);
    if (n_other_letters > 0)
        printf("%s: %s letters are not a to z; they are dropped, and part their words\n",
               path, with_commas(cell, n_other_letters));
    if (is_cut || is_mended)
        renumber(&novel, path);
    if (novel.vocab_size < VOCAB_SIZE)
        give_up(1, "%s has too few different words for this chapter: %d is the least",
                path, VOCAB_SIZE);
    if (novel.n_ids > MAX_WORDS) {
        novel.n_ids = MAX_WORDS;
        novel.n_train = MAX_WORDS - MAX_WORDS / 20;
        count_again(&novel);
    }
    return novel;
}

static void reverse(uint32_t *ids, size_t n)
{
    for (size_t p = 0; p < n / 2; p++) {
        const uint32_t kept = ids[p];
        ids[p] = ids[n - 1 - p];
        ids[n - 1 - p] = kept;
    }
}

static uint32_t id_of(const struct corpus *novel, const char *name)
{
    for (uint32_t v = 1; v < VOCAB_SIZE; v++)
        if (novel->words[v].length == strlen(name) &&
            memcmp(novel->words[v].start, name, strlen(name)) == 0)
            return v;
    return 0;
}

/*
### The same products, faster

On the ring your loops are fast enough. Here each batch of 32 words asks for 32 × 2,000
scores of 32 products each, and for twice as many products on the way back. The loops of
exercise 5.2 walk down columns, and take many times as long as a whole training step needs
to take (some twenty times on the machine that built this page; `make bench` measures it).
So the novel is read with the **tiles** of chapter 3. The trick is the same as there: eight
rows of the result at a time stay in the processor's registers, and each number that is
loaded is used for all eight. Since we chose both $d$ and the batch to be 32, every matrix
of the chapter is a number of rows of 32, and one small function does all the products.
*/

enum { NARROW_D = 16 };

// the first three read the novel in every run; the last two are controls
enum kind { UNTIED, TIED, TIED_M, UNTIED_M, NARROW, N_KINDS, N_MODELS = UNTIED_M };

static const char *const kind_name[N_KINDS] = {"untied", "tied", "tied + 32 x 32",
                                               "untied + 32 x 32", "untied, d = 16"};

// of the nine that controls=1 tries
static const float best_rate[N_KINDS] = {6, 5, 1.5f, 2, 6};

// Rows of 16 numbers and 16 zeros. A number that is 0 at both ends has no gradient at
// either, so the zeros stay zeros: this is a model of width 16.
static void make_narrow(float *table, size_t n_rows)
{
    for (size_t v = 0; v < n_rows; v++)
        memset(table + v * D + NARROW_D, 0, (D - NARROW_D) * sizeof(float));
}

// where the matrix begins: it changes nothing; it carries the first half of a row onto the
// second (two narrow tables, side by side); it is random
enum start { SAME, HALVES, RANDOM };

static void begin_matrix(float *m, enum start start, uint64_t *rng)
{
    const size_t shift = start == HALVES ? D / 2 : 0;
    for (size_t k = 0; k < D * D; k++)
        m[k] = k % D == k / D + shift ? 1.0f : 0.0f;
    if (start == RANDOM) // numbers of variance 1 / D keep the length of a row, roughly
        fill_normal(m, D * D, 0.177f, rng);
}

static void open_model(struct model *model, enum kind kind, size_t vocab_size,
                       enum start start, uint64_t seed)
{
    const size_t n = vocab_size * D;
    uint64_t rng = seed;
    *model = (struct model){
        .vocab_size = vocab_size, .m_rate = 1.0f, .in_rate = 1.0f, .out_rate = 1.0f};
    model->wte = allocate(n, sizeof(float));
    fill_normal(model->wte, n, 0.1f, &rng);
    model->lm_head = model->wte;
    if (kind != TIED && kind != TIED_M) {
        model->lm_head = allocate(n, sizeof(float));
        fill_normal(model->lm_head, n, 0.1f, &rng);
    }
    if (kind == NARROW) {
        make_narrow(model->wte, vocab_size);
        make_narrow(model->lm_head, vocab_size);
    }
    if (kind == TIED_M || kind == UNTIED_M) {
        model->m = allocate(D * D, sizeof(float));
        begin_matrix(model->m, start, &rng);
    }
}

static void close_model(struct model *model)
{
    if (model->lm_head != model->wte)
        free(model->lm_head);
    free(model->wte);
    free(model->m);
}

static size_t parameters(const struct model *model, enum kind kind)
{
    const size_t table = model->vocab_size * (kind == NARROW ? NARROW_D : D);
    return table + (model->lm_head != model->wte ? table : 0) + (model->m ? D * D : 0);
}

// what one step computes
struct work {
    float x[BATCH * D];    // [BATCH][D] the rows that were read
    float h[BATCH * D];    // [BATCH][D] x, or x times m
    float h_t[BATCH * D];  // [D][BATCH]
    float dh_t[BATCH * D]; // [D][BATCH]
    float dh[BATCH * D];   // [BATCH][D]
    float dx[BATCH * D];   // [BATCH][D] the input half
    float m_t[D * D];
    float dm[D * D];
    float *probs;    // [vocab_size][BATCH] a column for each position; then dlogits
    float *dlm_head; // [vocab_size][D] the output half
};

// a function that the compiler shall not melt into others: it has all registers to itself
#define OWN_FUNCTION __attribute__((noinline))

// columns of a tile, as in chapter 3
#if defined __AVX__ && defined __FMA__ && !defined __AVX512F__
enum { TILE = 8 };
#elif defined __wasm__
enum { TILE = 4 };
#else
enum { TILE = 32 };
#endif

// out[r][c] = sum over k of a[r * row_step + k * k_step] * b[k][c]
//   for 8 rows r and TILE columns c   out [8][32]   b [n_k][32]
OWN_FUNCTION static void tile(float *restrict out, const float *restrict a,
                              size_t row_step, size_t k_step, const float *restrict b,
                              size_t n_k)
{
    float sum0[TILE] = {0}, sum1[TILE] = {0}, sum2[TILE] = {0}, sum3[TILE] = {0};
    float sum4[TILE] = {0}, sum5[TILE] = {0}, sum6[TILE] = {0}, sum7[TILE] = {0};
    for (size_t k = 0; k < n_k; k++) {
        const float *x = a + k * k_step, *row = b + k * 32;
        const float x0 = x[0], x1 = x[row_step], x2 = x[2 * row_step],
                    x3 = x[3 * row_step];
        const float x4 = x[4 * row_step], x5 = x[5 * row_step], x6 = x[6 * row_step],
                    x7 = x[7 * row_step];
        for (size_t c = 0; c < TILE; c++) {
            sum0[c] += x0 * row[c];
            sum1[c] += x1 * row[c];
            sum2[c] += x2 * row[c];
            sum3[c] += x3 * row[c];
            sum4[c] += x4 * row[c];
            sum5[c] += x5 * row[c];
            sum6[c] += x6 * row[c];
            sum7[c] += x7 * row[c];
        }
    }
    memcpy(out, sum0, sizeof sum0);
    memcpy(out + 32, sum1, sizeof sum1);
    memcpy(out + 64, sum2, sizeof sum2);
    memcpy(out + 96, sum3, sizeof sum3);
    memcpy(out + 128, sum4, sizeof sum4);
    memcpy(out + 160, sum5, sizeof sum5);
    memcpy(out + 192, sum6, sizeof sum6);
    memcpy(out + 224, sum7, sizeof sum7);
}

// the same for all rows of out [n_rows][32]; n_rows must be a multiple of 8
static void product(float *out, const float *a, size_t row_step, size_t k_step,
                    const float *b, size_t n_rows, size_t n_k)
{
    for (size_t r = 0; r < n_rows; r += 8)
        for (size_t c = 0; c < 32; c += TILE)
            tile(out + r * 32 + c, a + r * row_step, row_step, k_step, b + c, n_k);
}

// out[c][r] = a[r][c]
static void transpose(float *out, const float *a, size_t n_rows, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            out[c * n_rows + r] = a[r * n_cols + c];
}

// carried over from chapter 4
// exp(x) for x <= 0: a power of two times a polynomial. Unlike expf it is plain
// arithmetic: the compiler can do sixteen at a time, and every machine gets the same bits.
static inline float fast_exp(float x)
{
    const float big = 12582912.0f; // adding 1.5 * 2^23 rounds to a whole number
    float clamped = x > -87.0f ? x : -87.0f;
    float n = (clamped * 1.44269504f + big) - big;
    float f = (clamped - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = 1.3888889e-3f;
    p = p * f + 8.3333338e-3f;
    p = p * f + 4.1666668e-2f;
    p = p * f + 1.6666667e-1f;
    p = p * f + 0.5f;
    p = (p * f + 1.0f) * f + 1.0f;
    union {
        uint32_t bits;
        float value;
    } power = {(uint32_t)((int32_t)n + 127) << 23};
    return p * power.value + 0.0f * x; // a NaN stays one
}
// end of what was carried over

static void open_work(struct work *work, size_t vocab_size)
{
    work->probs = allocate(vocab_size * BATCH, sizeof(float));
    work->dlm_head = allocate(vocab_size * D, sizeof(float));
}

static void close_work(struct work *work)
{
    free(work->probs);
    free(work->dlm_head);
}

// each column of logits becomes a column of probabilities
static void softmax_columns(float *probs, size_t vocab_size)
{
    float largest[BATCH], sum[BATCH] = {0};
    memcpy(largest, probs, sizeof largest);
    for (size_t v = 1; v < vocab_size; v++)
        for (size_t t = 0; t < BATCH; t++)
            largest[t] =
                probs[v * BATCH + t] > largest[t] ? probs[v * BATCH + t] : largest[t];
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < BATCH; t++) {
            float e = fast_exp(probs[v * BATCH + t] - largest[t]);
            probs[v * BATCH + t] = e;
            sum[t] += e;
        }
    for (size_t t = 0; t < BATCH; t++)
        sum[t] = 1.0f / sum[t];
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t t = 0; t < BATCH; t++)
            probs[v * BATCH + t] *= sum[t];
}

// 0 in the place of each word that was read, but for <unk>: its score, or its slope
static void set_self(float *scores, const uint32_t *ids)
{
    for (size_t t = 0; t < BATCH; t++)
        if (ids[t] != 0)
            scores[ids[t] * BATCH + t] = 0.0f;
}

static void forward(struct work *work, const struct model *model, const uint32_t *ids)
{
    for (size_t t = 0; t < BATCH; t++)
        memcpy(work->x + t * D, model->wte + ids[t] * D, D * sizeof(float));
    if (model->m == NULL)
        memcpy(work->h, work->x, sizeof work->h);
    else
        product(work->h, work->x, D, 1, model->m, BATCH, D);
    transpose(work->h_t, work->h, BATCH, D);
    product(work->probs, model->lm_head, D, 1, work->h_t, model->vocab_size, D);
    if (model->self_out)
        set_self(work->probs, ids);
    softmax_columns(work->probs, model->vocab_size);
}

static double mean_loss(const struct work *work, const uint32_t *targets)
{
    double loss = 0.0;
    for (size_t t = 0; t < BATCH; t++)
        loss -= log((double)work->probs[targets[t] * BATCH + t]);
    return loss / BATCH;
}

// probs become dlogits; then the output half, the input half, and dm
static void backward(struct work *work, const struct model *model, const uint32_t *ids,
                     const uint32_t *targets)
{
    const size_t n = model->vocab_size;
    for (size_t t = 0; t < BATCH; t++)
        work->probs[targets[t] * BATCH + t] -= 1.0f;
    if (model->self_out)
        set_self(work->probs, ids);
    for (size_t k = 0; k < n * BATCH; k++)
        work->probs[k] *= 1.0f / BATCH;
    product(work->dlm_head, work->probs, BATCH, 1, work->h, n, BATCH);
    product(work->dh_t, model->lm_head, 1, D, work->probs, D, n);
    transpose(work->dh, work->dh_t, D, BATCH);
    if (model->m == NULL) {
        memcpy(work->dx, work->dh, sizeof work->dx);
        return;
    }
    transpose(work->m_t, model->m, D, D);
    product(work->dx, work->dh, D, 1, work->m_t, BATCH, D);
    product(work->dm, work->x, 1, D, work->dh, D, BATCH);
}

enum { N_POINTS = 16 };

struct run {
    struct model model;
    bool trained;
    size_t n_points;
    double n_read[N_POINTS + 1];   // words read in training
    double held_out[N_POINTS + 1]; // the loss there
    double own_word;               // mean probability that the same word comes again
};

// what whoever started the program has chosen: the settings
struct choice {
    uint64_t seed;
    size_t ring;
    float points[8];
    double turn;
    float rate, matrix, input, output;
    enum start start; // of the matrix
    double passes;    // how often the novel is read
    const char *word;
    bool self_out; // a control
};

// What the model says after a word depends on nothing but the word: it is asked once for each.
static void evaluate(struct run *run, struct work *work, const struct corpus *novel,
                     size_t n_read)
{
    const uint32_t *held = novel->ids + novel->n_train;
    const size_t n_held = (novel->n_ids - novel->n_train - 1) / BATCH * BATCH;
    double loss = 0.0, own = 0.0;
    for (uint32_t first = 0; first < VOCAB_SIZE; first += BATCH) {
        uint32_t ids[BATCH];
        for (uint32_t t = 0; t < BATCH; t++)
            ids[t] = (first + t) % VOCAB_SIZE;
        forward(work, &run->model, ids);
        for (size_t p = 0; p < n_held; p++)
            if (held[p] - first < BATCH) { // never so of an id below first
                const float *column = work->probs + (held[p] - first);
                loss -= log((double)column[held[p + 1] * BATCH]);
                own += (double)column[held[p] * BATCH];
            }
    }
    run->n_read[run->n_points] = (double)n_read;
    run->held_out[run->n_points++] = loss / (double)n_held;
    run->own_word = own / (double)n_held;
}

// reader t has the t-th part of the text, and reads its word b
static void read_batch(uint32_t *ids, uint32_t *targets, const struct corpus *novel,
                       size_t b)
{
    const size_t part = (novel->n_train - 1) / BATCH;
    for (size_t t = 0; t < BATCH; t++) {
        ids[t] = novel->ids[t * part + b];
        targets[t] = novel->ids[t * part + b + 1];
    }
}

// 0 .. n - 1 in a random order
static void shuffle(size_t *order, size_t n, uint64_t *rng)
{
    for (size_t k = 0; k < n; k++)
        order[k] = k;
    for (size_t k = n - 1; k > 0; k--) {
        size_t other = (size_t)(next_uniform(rng) * (double)(k + 1)), kept = order[k];
        order[k] = order[other];
        order[other] = kept;
    }
}

// one line that writes over itself, where LIVE is set (on a terminal)
static void show_live(const char *name, const struct run *run, size_t step,
                      size_t n_steps, double spent)
{
    if (getenv("LIVE") == NULL)
        return;
    if (step == n_steps)
        fprintf(stderr, "\r%79s\r", "");
    else if (step > 0)
        fprintf(stderr,
                "\r%-16s %3zu %%   held-out loss %.3f   %.0f words/s   %.0f s left   ",
                name, 100 * step / n_steps, run->held_out[run->n_points - 1],
                (double)(step * BATCH) / spent,
                spent * (double)(n_steps - step) / (double)step);
    fflush(stderr);
}

static void train_step(struct model *model, struct work *work, const struct corpus *novel,
                       size_t b, float lr)
{
    uint32_t ids[BATCH], targets[BATCH];
    read_batch(ids, targets, novel, b);
    forward(work, model, ids);
    backward(work, model, ids, targets);
    update(model, work->dlm_head, work->dx, work->dm, ids, lr);
}

static void train(struct run *run, const struct corpus *novel, const char *name, float lr,
                  uint64_t seed, double passes)
{
    const size_t n_batches = (novel->n_train - 1) / BATCH;
    const size_t n_steps = 1 + (size_t)(passes * (double)n_batches - 0.5);
    size_t *order = allocate(n_batches, sizeof *order);
    double spent = 0.0;
    uint64_t rng = 6 + seed;
    struct work work;
    open_work(&work, run->model.vocab_size);
    for (size_t step = 0; step < n_steps; step++) {
        size_t n = run->n_points;
        if (step * N_POINTS * N_POINTS >= n_steps * n * n)
            evaluate(run, &work, novel, step * BATCH);
        if (step % n_batches == 0)
            shuffle(order, n_batches, &rng);
        if (step % 512 == 0)
            show_live(name, run, step, n_steps, spent);
        double start = seconds();
        train_step(&run->model, &work, novel, order[step % n_batches],
                   lr * (float)(n_steps - step) / (float)n_steps);
        spent += seconds() - start;
    }
    evaluate(run, &work, novel, n_steps * BATCH);
    show_live(name, run, n_steps, n_steps, spent);
    run->trained = true;
    close_work(&work);
    free(order);
}

// what the held-out words cost a model that knows how frequent the words are in the training
// part, and nothing else; one that was not there counts as if it had been, once
static double frequencies_only(const struct corpus *novel)
{
    double sum = 0.0;
    for (size_t t = novel->n_train + 1; t < novel->n_ids; t++) {
        const size_t count = novel->words[novel->ids[t]].count;
        sum -= log((double)(count > 0 ? count : 1) / (double)novel->n_train);
    }
    return sum / (double)(novel->n_ids - novel->n_train - 1);
}

// how probable it is to that model that a held-out word comes again
static double again_by_frequency(const struct corpus *novel)
{
    double sum = 0.0;
    for (size_t t = novel->n_train; t + 1 < novel->n_ids; t++)
        sum += (double)novel->words[novel->ids[t]].count / (double)novel->n_train;
    return sum / (double)(novel->n_ids - novel->n_train - 1);
}

// how many held-out words are the same word again, from id `first` on
static size_t repeats(const struct corpus *novel, uint32_t first)
{
    size_t n = 0;
    for (size_t t = novel->n_train; t + 1 < novel->n_ids; t++)
        n += novel->ids[t] == novel->ids[t + 1] && novel->ids[t] >= first;
    return n;
}

static bool is_written(enum kind kind)
{
    return kind == UNTIED || (kind == TIED ? tied_is_written() : projection_is_written());
}

// the largest difference of two arrays
static double largest_gap(const float *a, const float *b, size_t n)
{
    double largest = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double gap = fabs((double)a[k] - (double)b[k]);
        if (gap > largest)
            largest = gap;
    }
    return largest;
}

// the whole gradient of a tied model by your function; dlogits [BATCH][vocab_size]
static void your_gradient(float *dwte, float *dm, const float *dlogits,
                          const struct model *model, const uint32_t *ids)
{
    memset(dwte, 0, model->vocab_size * D * sizeof(float));
    if (model->m == NULL)
        (void)tied_backward(dwte, dlogits, model->wte, ids, BATCH, model->vocab_size, D);
    else
        (void)tied_projection_backward(dwte, dm, dlogits, model->wte, model->m, ids,
                                       BATCH, model->vocab_size, D);
}

// Do your function and the tiles find the same gradient for the first batch of the novel? The
// matrix is random here: with the one that changes nothing, who forgets it finds the same.
static bool agrees(const struct model *trained, const struct corpus *novel)
{
    float m[D * D];
    uint64_t rng = 1;
    begin_matrix(m, RANDOM, &rng);
    struct model copy = *trained;
    copy.m = trained->m != NULL ? m : NULL;
    const struct model *model = &copy;
    const size_t n = model->vocab_size * D;
    uint32_t ids[BATCH], targets[BATCH];
    float *dwte = allocate(n, sizeof(float)), *dlogits = allocate(n, sizeof(float));
    float dm[D * D] = {0};
    struct work work;
    open_work(&work, model->vocab_size);
    read_batch(ids, targets, novel, 0);
    forward(&work, model, ids);
    backward(&work, model, ids, targets);
    for (size_t t = 0; t < BATCH; t++)
        descend(work.dlm_head + ids[t] * D, work.dx + t * D, -1.0f, D);
    transpose(dlogits, work.probs, model->vocab_size, BATCH);
    your_gradient(dwte, dm, dlogits, model, ids);
    double gap = largest_gap(dwte, work.dlm_head, n);
    if (model->m != NULL)
        gap = fmax(gap, largest_gap(dm, work.dm, D * D));
    close_work(&work);
    free(dlogits);
    free(dwte);
    return gap < 1e-5;
}

enum { FIRST_DRAWN = 2 }; // so that the first fall does not press all else into a corner

static void plot_novel(const struct run *runs, const struct corpus *novel)
{
    const size_t n = runs[UNTIED].n_points;
    const double flat = frequencies_only(novel);
    FILE *figure = open_figure("heads-novel");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: One table or two, on a novel\n"
                    "# x: words read in training (thousands)\n"
                    "# y: held-out loss (nats for each word)\n"
                    "x\tfrequencies only\tuntied\ttied\ttied + 32 x 32\n");
    for (size_t k = FIRST_DRAWN; k < n; k++) {
        fprintf(figure, "%.1f\t", runs[UNTIED].n_read[k] / 1000.0);
        for (enum kind kind = UNTIED; kind < N_MODELS; kind++)
            isfinite(runs[kind].held_out[k]) && runs[kind].trained
                ? fprintf(figure, "\t%.4f", runs[kind].held_out[k])
                : fprintf(figure, "\t");
        fprintf(figure, "\n");
    }
    // a straight line has two points
    fprintf(figure, "%.1f\t%.4f\t\t\t\n%.1f\t%.4f\t\t\t\n",
            runs[UNTIED].n_read[n > FIRST_DRAWN ? FIRST_DRAWN : 0] / 1000.0, flat,
            runs[UNTIED].n_read[n - 1] / 1000.0, flat);
    fclose(figure);
}

static void train_kind(struct run *run, enum kind kind, const struct corpus *novel,
                       const struct choice *choice)
{
    char number[48];
    if (!is_written(kind)) {
        printf("%-14s ", kind_name[kind]);
        waits_for(kind == TIED ? "5.1" : "5.2",
                  kind == TIED ? "tied_backward" : "tied_projection_backward");
        return;
    }
    bool same = kind == UNTIED || agrees(&run->model, novel);
    const float rate = choice->rate > 0.0f ? choice->rate : best_rate[kind];
    train(run, novel, kind_name[kind], rate, choice->seed, choice->passes);
    printf("%-14s %7s", kind_name[kind],
           with_commas(number, parameters(&run->model, kind)));
    isfinite(run->held_out[run->n_points - 1])
        ? printf(" %5.3f%6.2f %%", run->held_out[run->n_points - 1],
                 100.0 * run->own_word)
        : printf("%14s", "ran away");
    printf("%s\n", kind == UNTIED ? "" : same ? "  same" : "   NOT");
    fflush(stdout);
}

static void show_novel(struct run *runs, const struct corpus *novel,
                       const struct choice *choice)
{
    char all[48], kept[48];
    heading("Three models read a novel");
    printf("%s words, %s of them held out\n", with_commas(all, novel->n_ids),
           with_commas(kept, novel->n_ids - novel->n_train));
    printf("%.2f %% repeat: %zu, %zu of them <unk>\n",
           100.0 * (double)repeats(novel, 0) /
               (double)(novel->n_ids - novel->n_train - 1),
           repeats(novel, 0), repeats(novel, 0) - repeats(novel, 1));
    printf("%-22s %5.3f%6.2f %%\n", "frequencies only", frequencies_only(novel),
           100.0 * again_by_frequency(novel));
    printf("%-14s numbers  loss   again yours\n", "");
    fflush(stdout);
    for (enum kind kind = UNTIED; kind < N_MODELS; kind++) {
        open_model(&runs[kind].model, kind, VOCAB_SIZE, choice->start, choice->seed);
        runs[kind].model.m_rate = choice->matrix;
        runs[kind].model.in_rate = kind == UNTIED ? 1.0f : choice->input;
        runs[kind].model.out_rate = kind == UNTIED ? 1.0f : choice->output;
        train_kind(&runs[kind], kind, novel, choice);
    }
    plot_novel(runs, novel);
}

struct size {
    const char *name;
    size_t n_layers;
    size_t d_model;
};

static const struct size sizes[4] = {
    {"small", 12, 768}, {"medium", 24, 1024}, {"large", 36, 1280}, {"XL", 48, 1600}};

enum count { TABLE, ONE_TABLE, TWO_TABLES, NO_BIAS, N_COUNTS };

static const char *const count_name[N_COUNTS] = {"one table", "tied", "untied",
                                                 "no QKV bias"};

// counts [N_COUNTS]; false if your function is not written
static bool count_size(uint64_t *counts, const struct size *size)
{
    const size_t vocab_size = 50257, max_seq_len = 1024, n_layers = size->n_layers,
                 d = size->d_model;
    counts[TABLE] = (uint64_t)vocab_size * d;
    return gpt2_parameter_count(&counts[ONE_TABLE], vocab_size, max_seq_len, n_layers, d,
                                true, true) &&
           gpt2_parameter_count(&counts[TWO_TABLES], vocab_size, max_seq_len, n_layers, d,
                                true, false) &&
           gpt2_parameter_count(&counts[NO_BIAS], vocab_size, max_seq_len, n_layers, d,
                                false, false);
}

static void print_counts(uint64_t counts[4][N_COUNTS])
{
    char small[48], large[48];
    const struct size *first = &sizes[0], *last = &sizes[3];
    printf("blocks, d    %s: %zu, %s  %s: %zu, %s\n", first->name, first->n_layers,
           with_commas(small, first->d_model), last->name, last->n_layers,
           with_commas(large, last->d_model));
    for (size_t c = 0; c < N_COUNTS; c++)
        printf("%-11s %15s %14s\n", count_name[c], with_commas(small, counts[0][c]),
               with_commas(large, counts[3][c]));
    printf("%-11s %15.1f %14.1f\n", "more %",
           100.0 * (double)counts[0][TABLE] / (double)counts[0][ONE_TABLE],
           100.0 * (double)counts[3][TABLE] / (double)counts[3][ONE_TABLE]);
}

static void plot_counts(uint64_t counts[4][N_COUNTS])
{
    FILE *figure = open_figure("heads-gpt2");
    if (!figure)
        return;
    fprintf(figure,
            "# kind: bars\n# title: GPT-2 with one table and with two\n# x: size\n"
            "# y: parameters (millions)\n# zero: yes\nlabel\ttied\tuntied\n");
    for (size_t n = 0; n < 4; n++)
        fprintf(figure, "%s\t%.3f\t%.3f\n", sizes[n].name,
                (double)counts[n][ONE_TABLE] / 1e6, (double)counts[n][TWO_TABLES] / 1e6);
    fclose(figure);
}

static void show_gpt2(void)
{
    uint64_t counts[4][N_COUNTS] = {{0}};
    heading("GPT-2 with one table and with two");
    size_t n = 0;
    while (n < 4 && count_size(counts[n], &sizes[n]))
        n++;
    if (n < 4) {
        waits_for("5.3", "gpt2_parameter_count");
        return;
    }
    print_counts(counts);
    plot_counts(counts);
}

enum { N_GRAMMAR = 16, N_GRAMMAR_STEPS = 3200, N_SEEDS = 8, N_COMPARED = 500 };

// Nouns 0 to 3. Adjectives 4 and 5 stand before nouns 0 and 2, adjectives 6 and 7 before
// 1 and 3. Verbs 8 and 9 come after nouns 0 and 1, verbs 10 and 11 after 2 and 3. After a
// verb comes any adjective. Words 12 to 15 never occur.
// clang-format off
static const uint32_t grammar_ids[BATCH] = {
    4, 5, 0, 0, 6, 7, 1, 1, 4, 5, 2, 2, 6, 7, 3, 3,
    8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11};
static const uint32_t grammar_targets[BATCH] = {
    0, 0, 8, 9, 1, 1, 8, 9, 2, 2, 10, 11, 3, 3, 10, 11,
    4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7};
// clang-format on

static double length(const float *row)
{
    return sqrt(dot(row, row, D));
}

static double cosine(const float *a, const float *b)
{
    double norms = dot(a, a, D) * dot(b, b, D);
    return norms > 0.0 ? dot(a, b, D) / sqrt(norms) : 0.0;
}

// what becomes of a tied table that gets these shares of its two halves
struct tied_way {
    const char *name;
    float in_rate, out_rate;
    float rate;
    bool both; // two softmaxes, one for each end, and each moves the model at that rate
    size_t n_steps;
    double followers, predecessors; // cosines, the means over the seeds
    size_t n_like_output;           // seeds where the second is the larger
    double loss;                    // the mean over the seeds
};

// The same pairs with the ends exchanged, and m transposed: the scores are the same, but the
// softmax runs over the words that may have been read. Both gradients come before the step.
static void step_of_both_ends(struct model *model, struct work *work, struct work *back,
                              float rate)
{
    struct model mirror = *model;
    float m_t[D * D], dm[D * D];
    mirror.m = m_t;
    transpose(m_t, model->m, D, D);
    forward(back, &mirror, grammar_targets);
    backward(back, &mirror, grammar_targets, grammar_ids);
    transpose(dm, back->dm, D, D);
    forward(work, model, grammar_ids);
    backward(work, model, grammar_ids, grammar_targets);
    update(model, work->dlm_head, work->dx, work->dm, grammar_ids, rate);
    update(model, back->dlm_head, back->dx, dm, grammar_targets, rate);
}

// the model was opened; returns the loss in the end
static double learn_grammar(struct model *model, const struct tied_way *way)
{
    struct work work, back;
    open_work(&work, N_GRAMMAR);
    open_work(&back, N_GRAMMAR);
    for (size_t step = 0; step < way->n_steps; step++) {
        if (way->both) {
            step_of_both_ends(model, &work, &back, way->rate);
            continue;
        }
        forward(&work, model, grammar_ids);
        backward(&work, model, grammar_ids, grammar_targets);
        update(model, work.dlm_head, work.dx, work.dm, grammar_ids, way->rate);
    }
    forward(&work, model, grammar_ids);
    const double loss = mean_loss(&work, grammar_targets);
    close_work(&back);
    close_work(&work);
    return loss;
}

static void learn_tied(struct tied_way *way, enum start start, uint64_t seed)
{
    for (uint64_t k = 0; k < N_SEEDS; k++) {
        struct model tied;
        open_model(&tied, TIED_M, N_GRAMMAR, start, seed + k);
        tied.in_rate = way->in_rate;
        tied.out_rate = way->out_rate;
        way->loss += learn_grammar(&tied, way) / N_SEEDS;
        const double followers = cosine(tied.wte, tied.wte + D),
                     predecessors = cosine(tied.wte, tied.wte + 2 * D);
        way->n_like_output += predecessors > followers;
        way->followers += followers / N_SEEDS;
        way->predecessors += predecessors / N_SEEDS;
        close_model(&tied);
    }
}

static void show_grammar(enum start start, uint64_t seed)
{
    struct tied_way ways[] = {
        {.name = "tied", .in_rate = 1, .out_rate = 1, .rate = 1},
        {.name = "  1/4 out", .in_rate = 1, .out_rate = 0.25f, .rate = 1},
        {.name = "  1/4 in", .in_rate = 0.25f, .out_rate = 1, .rate = 1},
        {.name = "  both compared",
         .in_rate = 1,
         .out_rate = 1,
         .rate = 0.5f,
         .both = true},
    };
    struct model untied;
    heading("A grammar of four nouns");
    if (!projection_is_written()) {
        waits_for("5.2", "tied_projection_backward");
        return;
    }
    open_model(&untied, UNTIED, N_GRAMMAR, SAME, seed);
    (void)learn_grammar(&untied,
                        &(struct tied_way){.rate = 1, .n_steps = N_GRAMMAR_STEPS});
    const float *in = untied.wte, *out = untied.lm_head;
    printf("%-16s%6s%7s%6s%7s\n", "cosine of nouns", "1, 2", "1, 3", "wins", "loss");
    printf("%-16s%6.2f%7.2f\n", "untied input", cosine(in, in + D),
           cosine(in, in + 2 * D));
    printf("%-16s%6.2f%7.2f\n", "untied output", cosine(out, out + D),
           cosine(out, out + 2 * D));
    close_model(&untied);
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        ways[k].n_steps = N_GRAMMAR_STEPS;
        learn_tied(&ways[k], start, seed);
        printf("%-16s%6.2f%7.2f%6zu%7.3f\n", ways[k].name, ways[k].followers,
               ways[k].predecessors, ways[k].n_like_output, ways[k].loss);
    }
}

// sums over pairs (x, y)
struct pairs {
    double n, x, y, xx, yy, xy;
};

static void add_pair(struct pairs *pairs, double x, double y)
{
    pairs->n += 1.0;
    pairs->x += x;
    pairs->y += y;
    pairs->xx += x * x;
    pairs->yy += y * y;
    pairs->xy += x * y;
}

static double correlation(const struct pairs *pairs)
{
    double xx = pairs->xx - pairs->x * pairs->x / pairs->n;
    double yy = pairs->yy - pairs->y * pairs->y / pairs->n;
    return (pairs->xy - pairs->x * pairs->y / pairs->n) / sqrt(xx * yy);
}

// rows 1 .. n of a table, without their mean if `centre`, all of length 1
static float *first_rows(const float *table, size_t n, bool centre)
{
    float *rows = allocate(n * D, sizeof(float));
    for (size_t i = 0; i < D; i++) {
        double sum = 0.0;
        for (size_t v = 1; v <= n; v++)
            sum += (double)table[v * D + i];
        for (size_t v = 1; v <= n; v++)
            rows[(v - 1) * D + i] =
                table[v * D + i] - (centre ? (float)(sum / (double)n) : 0.0f);
    }
    for (size_t v = 0; v < n; v++) {
        const float scale = (float)(1.0 / length(rows + v * D));
        for (size_t i = 0; i < D; i++)
            rows[v * D + i] *= scale;
    }
    return rows;
}

static double agreement(const float *table, const float *other, bool centre)
{
    float *a = first_rows(table, N_COMPARED, centre),
          *b = first_rows(other, N_COMPARED, centre);
    struct pairs pairs = {0};
    for (size_t v = 0; v < N_COMPARED; v++)
        for (size_t w = 0; w < v; w++)
            add_pair(&pairs, dot(a + v * D, a + w * D, D), dot(b + v * D, b + w * D, D));
    free(a);
    free(b);
    return correlation(&pairs);
}

// h[v] = wte[v] times m, for all words
static float *after_matrix(const struct model *model)
{
    float *h = allocate(model->vocab_size * D, sizeof(float));
    product(h, model->wte, D, 1, model->m, model->vocab_size, D);
    return h;
}

static void show_agreement(const char *name, const float *table,
                           const struct model *untied)
{
    printf("%-16s%6.2f%7.2f%6.2f%7.2f\n", name, agreement(table, untied->wte, false),
           agreement(table, untied->lm_head, false), agreement(table, untied->wte, true),
           agreement(table, untied->lm_head, true));
}

static void show_resemblance(const struct run *runs)
{
    const struct model *tied = &runs[TIED_M].model;
    heading("Whom does the tied table resemble?");
    if (!runs[TIED_M].trained) {
        waits_for("5.2", "tied_projection_backward");
        return;
    }
    float *h = after_matrix(tied);
    printf("%-16s%13s%13s\n", "", "as they are", "centred");
    printf("%-16s%6s%7s%6s%7s\n", "agrees with", "input", "output", "input", "output");
    show_agreement("tied + 32 x 32", tied->wte, &runs[UNTIED].model);
    show_agreement("times the matrix", h, &runs[UNTIED].model);
    show_agreement("untied input", runs[UNTIED].model.wte, &runs[UNTIED].model);
    free(h);
}

// the most frequent words and the rarest: first and last of each
static const size_t bands[2][2] = {{1, 9}, {1000, VOCAB_SIZE - 1}};

// the mean over the training text of the rows of its words
static void mean_row(float *mean, const float *rows, const struct corpus *novel)
{
    for (size_t i = 0; i < D; i++) {
        double sum = 0.0;
        for (size_t v = 0; v < VOCAB_SIZE; v++)
            sum += (double)novel->words[v].count * (double)rows[v * D + i];
        mean[i] = (float)(sum / (double)novel->n_train);
    }
}

// the share of the training text where the word with this output row has a score above 0;
// wte_t: the input table on its side, so that the scores of many words are summed at once
static double share_above_zero(const float *wte_t, const float *row,
                               const struct corpus *novel)
{
    double score[VOCAB_SIZE] = {0}, n = 0.0;
    for (size_t i = 0; i < D; i++)
        for (size_t x = 0; x < VOCAB_SIZE; x++)
            score[x] += (double)wte_t[i * VOCAB_SIZE + x] * (double)row[i];
    for (size_t x = 0; x < VOCAB_SIZE; x++)
        if (score[x] > 0.0)
            n += (double)novel->words[x].count;
    return n / (double)novel->n_train;
}

enum measure { OUTPUT, LEAN, ABOVE, N_MEASURES };

// measures[]: means over the words first .. last
static void measure_band(double *measures, const struct model *model,
                         const struct corpus *novel, const float *mean,
                         const float *wte_t, size_t first, size_t last)
{
    const double n = (double)(last - first + 1);
    for (size_t v = first; v <= last; v++) {
        const float *row = model->lm_head + v * D;
        measures[OUTPUT] += length(row) / n;
        measures[LEAN] += dot(mean, row, D) / n;
        measures[ABOVE] += 100.0 * share_above_zero(wte_t, row, novel) / n;
    }
}

static void print_bands(void)
{
    char a[48], b[48], rank[2][100];
    for (size_t k = 0; k < 2; k++)
        snprintf(rank[k], sizeof rank[k], "%s to %s", with_commas(a, bands[k][0]),
                 with_commas(b, bands[k][1]));
    printf("%-10s %6s %14s %9s\n", "rank", rank[0], rank[1], "log times");
}

static void plot_lengths(const struct model *model, const struct corpus *novel)
{
    FILE *figure = open_figure("heads-lengths");
    if (!figure)
        return;
    fprintf(figure,
            "# kind: scatter\n# title: Row length against frequency, untied model\n"
            "# x: times the word occurs\n# y: length of its row\n# xscale: log\n"
            "# zero: yes\nx\ty\tlabel\tgroup\n");
    for (size_t v = 1; v < VOCAB_SIZE; v += v < 100 ? 1 : 8) {
        const struct word *word = novel->words + v;
        if (word->count == 0)
            continue;
        const double in = length(model->wte + v * D);
        fprintf(figure, "%zu\t%.4f\t\toutput table\n", word->count,
                length(model->lm_head + v * D));
        fprintf(figure, "%zu\t%.4f\t%.*s\tinput table\n", word->count, in,
                in > 6.0 ? short_length(word) : 0, word->start);
    }
    fclose(figure);
}

// how the length of a word's output row and its mean score go with log(times)
static void correlate_lengths(struct pairs pairs[2], const struct model *model,
                              const struct corpus *novel, const float *mean)
{
    for (size_t v = 1; v < VOCAB_SIZE; v++) {
        if (novel->words[v].count == 0)
            continue; // only in what was cut off
        const double often = log((double)novel->words[v].count);
        const float *row = model->lm_head + v * D;
        add_pair(&pairs[0], often, length(row));
        add_pair(&pairs[1], often, dot(mean, row, D));
    }
}

static void show_lengths(const struct run *runs, const struct corpus *novel)
{
    const struct model *model = &runs[UNTIED].model;
    struct pairs pairs[2] = {{0}};
    double m[2][N_MEASURES] = {{0}};
    float mean[D], *wte_t = allocate(D * VOCAB_SIZE, sizeof(float));
    mean_row(mean, model->wte, novel);
    transpose(wte_t, model->wte, VOCAB_SIZE, D);
    for (size_t k = 0; k < 2; k++)
        measure_band(m[k], model, novel, mean, wte_t, bands[k][0], bands[k][1]);
    free(wte_t);
    correlate_lengths(pairs, model, novel, mean);
    heading("Long rows and frequent words");
    print_bands();
    printf("length     %6.2f %14.2f %9.2f\n", m[0][OUTPUT], m[1][OUTPUT],
           correlation(&pairs[0]));
    printf("mean score %6.2f %14.2f %9.2f\n", m[0][LEAN], m[1][LEAN],
           correlation(&pairs[1]));
    printf("above zero %4.0f %% %12.0f %%\n", m[0][ABOVE], m[1][ABOVE]);
    plot_lengths(model, novel);
}

enum { N_SCALES = 4, N_HEARD = 2 };

static float scales[N_SCALES] = {0.5f, 1.0f, 2.0f, 4.0f}; // the last: loudness=

static const float loud_h[2] = {1, 2}, loud_rows[3 * 2] = {1, 0, 0, 1, 1, 1};

// the columns: three rows by hand, then words of the novel
struct heard {
    size_t n;
    const float *h[N_HEARD];
    char title[N_HEARD][64];
};

// runs may be NULL: then there is no word
static struct heard words_heard(const struct run *runs, const struct corpus *novel,
                                const char *word)
{
    const char *const names[N_HEARD] = {word, "mr"};
    struct heard heard = {0};
    for (size_t k = 0; runs != NULL && k < N_HEARD; k++) {
        const uint32_t id = id_of(novel, names[k]);
        if (k > 0 && strcmp(names[k], word) == 0)
            continue; // it stands there already
        if (id == 0) {
            printf("the text has no \"%s\"; word= takes another one\n", names[k]);
            continue;
        }
        const float *h = runs[UNTIED].model.wte + id * D;
        snprintf(heard.title[heard.n], sizeof heard.title[0], "%s, %.2f", names[k],
                 length(h));
        heard.h[heard.n++] = h;
    }
    return heard;
}

static void show_loudness(const struct run *runs, const struct corpus *novel,
                          const char *word)
{
    heading("How loud a vector is");
    if (isnan(entropy_at_scale(loud_h, loud_rows, 1.0f, 3, 2))) {
        waits_for("5.4", "entropy_at_scale");
        return;
    }
    const struct heard heard = words_heard(runs, novel, word);
    printf("h times (1, 2), %.2f", sqrt(dot(loud_h, loud_h, 2)));
    for (size_t n = 0; n < heard.n; n++)
        printf(" %10s", heard.title[n]);
    for (size_t k = 0; k < N_SCALES; k++) {
        printf("\n%-7.2f %12.4f", (double)scales[k],
               (double)entropy_at_scale(loud_h, loud_rows, scales[k], 3, 2));
        for (size_t n = 0; n < heard.n; n++) {
            const int width = (int)strlen(heard.title[n]);
            printf(" %*.4f", width < 10 ? 10 : width,
                   (double)entropy_at_scale(heard.h[n], runs[UNTIED].model.lm_head,
                                            scales[k], VOCAB_SIZE, D));
        }
    }
    printf("\n");
}

enum { N_TOP = 4, N_LOOKED_AT = 2 };

static void show_top(const struct corpus *novel, const float *h, const float *wte)
{
    uint32_t top[N_TOP] = {0};
    (void)logit_lens(top, h, wte, N_TOP, VOCAB_SIZE, D);
    for (size_t k = 0; k < N_TOP; k++) {
        const struct word *word = novel->words + (top[k] < VOCAB_SIZE ? top[k] : 0);
        printf(" %.*s", short_length(word), word->start);
    }
    printf("\n");
}

// how often the lens on h finds a word among its first N_TOP
struct found {
    size_t own;  // its own row, of all words
    size_t next; // the word that really comes next, of the held-out ones
};

// are there fewer than N_TOP greater ones?
static bool is_among(const float *logits, size_t v)
{
    size_t n_better = 0;
    for (size_t w = 0; w < VOCAB_SIZE; w++)
        n_better += logits[w] > logits[v];
    return n_better < N_TOP;
}

static struct found find(const float *h, const float *wte, const struct corpus *novel)
{
    struct found found = {0, 0};
    float rows[BATCH * D], rows_t[D * BATCH];
    float *columns = allocate(VOCAB_SIZE * BATCH, sizeof(float)),
          *logits = allocate(BATCH * VOCAB_SIZE, sizeof(float));
    for (size_t begin = 0; begin < VOCAB_SIZE; begin += BATCH) {
        for (size_t t = 0; t < BATCH; t++)
            memcpy(rows + t * D, h + (begin + t) % VOCAB_SIZE * D, D * sizeof(float));
        transpose(rows_t, rows, BATCH, D);
        product(columns, wte, D, 1, rows_t, VOCAB_SIZE, D);
        transpose(logits, columns, VOCAB_SIZE, BATCH);
        for (size_t t = 0; t < BATCH && begin + t < VOCAB_SIZE; t++)
            found.own += is_among(logits + t * VOCAB_SIZE, begin + t);
        for (size_t p = novel->n_train; p + 1 < novel->n_ids; p++)
            if (novel->ids[p] - begin < BATCH)
                found.next += is_among(logits + (novel->ids[p] - begin) * VOCAB_SIZE,
                                       novel->ids[p + 1]);
    }
    free(logits);
    free(columns);
    return found;
}

// how many of the words to be found are among the N_TOP most frequent ones
static size_t always_the_commonest(const struct corpus *novel)
{
    float counts[VOCAB_SIZE];
    size_t n = 0;
    for (size_t v = 0; v < VOCAB_SIZE; v++)
        counts[v] = (float)novel->words[v].count;
    for (size_t p = novel->n_train; p + 1 < novel->n_ids; p++)
        n += is_among(counts, novel->ids[p + 1]);
    return n;
}

// before the matrix, after it, and after a matrix of dice
static void show_found(const struct model *model, const float *h,
                       const struct corpus *novel)
{
    char number[48];
    struct model dice = *model;
    float m[D * D];
    uint64_t rng = 1;
    fill_normal(m, D * D, 1.0f, &rng);
    dice.m = m;
    float *thrown = after_matrix(&dice);
    const double percent = 100.0 / (double)(novel->n_ids - novel->n_train - 1);
    const struct found before = find(model->wte, model->wte, novel),
                       after = find(h, model->wte, novel),
                       random = find(thrown, model->wte, novel);
    printf("itself among %d %6s -> %4zu, by dice %zu\n", N_TOP,
           with_commas(number, before.own), after.own, random.own);
    printf("next among %d, %% %5.1f -> %4.1f\n", N_TOP, percent * (double)before.next,
           percent * (double)after.next);
    printf("  always the %d commonest %4.1f\n", N_TOP,
           percent * (double)always_the_commonest(novel));
    free(thrown);
}

static void show_lens(const struct run *runs, const struct corpus *novel,
                      const char *word)
{
    const char *const names[N_LOOKED_AT] = {word, "frank"};
    const struct model *model = &runs[TIED_M].model;
    heading("Before the matrix and after it");
    if (!runs[TIED_M].trained) {
        waits_for("5.2", "tied_projection_backward");
        return;
    }
    float *h = after_matrix(model);
    const float first = 1.0f;
    uint32_t id = 0;
    bool written = logit_lens(&id, &first, &first, 1, 1, 1);
    if (!written)
        waits_for("5.5", "logit_lens");
    for (size_t n = 0; written && n < N_LOOKED_AT; n++) {
        const size_t v = id_of(novel, names[n]);
        if (v == 0 || (n > 0 && strcmp(names[n], word) == 0))
            continue; // the text does not have it, or it stands there already
        printf("%-8s", names[n]);
        show_top(novel, model->wte + v * D, model->wte);
        printf("%8s", "->");
        show_top(novel, h + v * D, model->wte);
    }
    show_found(model, h, novel);
    free(h);
}

/*
### Controls and bench

Each model at nine rates, and from eight seeds; then the speed of everything.
*/

enum { N_RATES = 9, N_TRIED = 8 };

// a model that was trained, and is to be closed
static struct run train_one(enum kind kind, enum middle middle, float rate, uint64_t seed,
                            const struct corpus *novel, const struct choice *choice)
{
    struct run run = {0};
    open_model(&run.model, kind, VOCAB_SIZE, choice->start, seed);
    run.model.m_rate = choice->matrix;
    run.model.hold = hold[middle];
    run.model.self_out = choice->self_out;
    if (kind != UNTIED) {
        run.model.in_rate = choice->input;
        run.model.out_rate = choice->output;
    }
    train(&run, novel, kind_name[kind], rate, seed, choice->passes);
    return run;
}

static double loss_in_the_end(const struct run *run)
{
    return run->held_out[run->n_points - 1];
}

// the loss on the text that the model was trained on
static double training_loss(const struct model *model, const struct corpus *novel)
{
    struct run run = {.model = *model};
    struct corpus read = *novel;
    struct work work;
    read.n_ids = novel->n_train;
    read.n_train = 0;
    open_work(&work, VOCAB_SIZE);
    evaluate(&run, &work, &read, 0);
    close_work(&work);
    return loss_in_the_end(&run);
}

static const float rates[N_RATES] = {1, 1.5f, 2, 3, 4, 5, 6, 8, 12};

// as narrow as a telephone
static const char *const short_name[N_KINDS] = {"untied", "tied", "tied + m",
                                                "untied + m", "d = 16"};

static void show_rates(const struct corpus *novel, const struct choice *choice)
{
    heading("Held-out loss at nine rates");
    printf("rate");
    for (enum kind kind = UNTIED; kind < N_KINDS; kind++)
        printf("%*s", kind == UNTIED_M ? 11 : kind == TIED_M ? 9 : 7, short_name[kind]);
    for (size_t k = 0; k < N_RATES; k++) {
        printf("\n%4.1f", (double)rates[k]);
        for (enum kind kind = UNTIED; kind < N_KINDS; kind++) {
            struct run run = train_one(kind, FREE, rates[k], choice->seed, novel, choice);
            const int width = kind == UNTIED_M ? 11 : kind == TIED_M ? 9 : 7;
            const double loss = loss_in_the_end(&run);
            isfinite(loss) ? printf("%*.3f", width, loss) : printf("%*s", width, "-");
            fflush(stdout);
            close_model(&run.model);
        }
    }
    printf("\n");
}

static void show_seeds_of(const char *name, enum kind kind, float rate,
                          const struct corpus *novel, const struct choice *choice)
{
    double mean = 0.0, least = INFINITY, most = -INFINITY, training = 0.0;
    for (size_t k = 0; k < N_TRIED; k++) {
        struct run run = train_one(kind, FREE, rate, choice->seed + k, novel, choice);
        const double loss = loss_in_the_end(&run);
        mean += loss / N_TRIED;
        least = loss < least ? loss : least;
        most = loss > most ? loss : most;
        training += training_loss(&run.model, novel) / N_TRIED;
        close_model(&run.model);
    }
    printf("%-10s %4.1f %6.3f %5.3f %5.3f %6.3f\n", name, (double)rate, mean, least, most,
           training);
    fflush(stdout);
}

// each model at the rate that was best for it, or at the one that was chosen; then the tied
// one whose matrix begins in halves, and is slow
static void show_seeds(const struct corpus *novel, const struct choice *choice)
{
    struct choice halves = *choice;
    halves.start = HALVES;
    halves.matrix = 0.003f;
    heading("Eight seeds, at each model's best rate");
    printf("%-10s %4s %6s %5s %5s %6s\n", "", "rate", "mean", "least", "most", "read");
    for (enum kind kind = UNTIED; kind < N_KINDS; kind++)
        show_seeds_of(short_name[kind], kind,
                      choice->rate > 0.0f ? choice->rate : best_rate[kind], novel,
                      choice);
    show_seeds_of("in halves", TIED_M, choice->rate > 0.0f ? choice->rate : 6, novel,
                  &halves);
}

static const char *const middle_name[N_MIDDLES] = {"no matrix", "symmetric matrix",
                                                   "self-scores kept", "any matrix"};

// at the best of the nine rates
static void show_middle(enum middle middle, bool self_out, const struct corpus *novel,
                        const struct choice *choice)
{
    double least = INFINITY, again = NAN, best = NAN;
    for (size_t k = 0; k < N_RATES; k++) {
        struct choice other = *choice;
        other.self_out = self_out;
        struct run run = train_one(middle == BARE ? TIED : TIED_M, middle, rates[k],
                                   choice->seed, novel, &other);
        if (loss_in_the_end(&run) < least) {
            least = loss_in_the_end(&run);
            again = run.own_word;
            best = (double)rates[k];
        }
        close_model(&run.model);
    }
    printf("%-18s %5.1f %7.3f %6.2f %%\n", middle_name[middle], best, least,
           100.0 * again);
    fflush(stdout);
}

// the tied table on the novel with each kind of matrix, as it is and without self-scores
static void show_middles(const struct corpus *novel, const struct choice *choice)
{
    heading("One table, the best of nine rates");
    printf("%-18s %5s %7s %8s\n", "", "rate", "loss", "again");
    for (int self_out = 0; self_out < 2; self_out++) {
        if (self_out)
            printf("self-scores taken out of the softmax:\n");
        for (enum middle middle = BARE; middle < N_MIDDLES; middle++)
            show_middle(middle, self_out, novel, choice);
    }
}

static void show_four(const float *table, const struct model *untied)
{
    printf("%6.2f%6.2f%6.2f%6.2f\n", agreement(table, untied->wte, false),
           agreement(table, untied->lm_head, false), agreement(table, untied->wte, true),
           agreement(table, untied->lm_head, true));
}

// one tied model, and how far it agrees with the untied one
static void show_balance(float input, float output, float rate, uint64_t seed,
                         const struct model *untied, const struct corpus *novel,
                         const struct choice *choice)
{
    struct choice other = *choice;
    other.input = input;
    other.output = output;
    struct run run = train_one(TIED_M, FREE, rate, seed, novel, &other);
    printf("%3.1f %3.1f%5.1f%6.3f", (double)input, (double)output, (double)rate,
           loss_in_the_end(&run));
    show_four(run.model.wte, untied);
    fflush(stdout);
    close_model(&run.model);
}

// shares of the two halves, other rates and other seeds; then the untied model's other seed
static void show_balances(const struct corpus *novel, const struct choice *choice)
{
    static const float shares[5][2] = {
        {1, 1}, {0.5f, 0.5f}, {1, 0.5f}, {2, 1}, {0.5f, 1}};
    const uint64_t seed = choice->seed;
    struct run untied = train_one(UNTIED, FREE, best_rate[UNTIED], seed, novel, choice),
               other =
                   train_one(UNTIED, FREE, best_rate[UNTIED], seed + 1, novel, choice);
    heading("Agreement with the untied tables");
    printf("shares of%21s%12s\n", "as they are", "centred");
    printf("in  out%5s%6s%6s%6s%6s%6s\n", "rate", "loss", "in", "out", "in", "out");
    for (size_t k = 0; k < 5; k++)
        show_balance(shares[k][0], shares[k][1], best_rate[TIED_M], seed, &untied.model,
                     novel, choice);
    show_balance(1, 1, 1, seed, &untied.model, novel, choice);
    show_balance(1, 1, 2, seed, &untied.model, novel, choice);
    printf("the next two seeds:\n");
    show_balance(1, 1, best_rate[TIED_M], seed + 1, &untied.model, novel, choice);
    show_balance(1, 1, best_rate[TIED_M], seed + 2, &untied.model, novel, choice);
    printf("the untied model's next seed:\n");
    printf("%-18s", "its input");
    show_four(other.model.wte, &untied.model);
    printf("%-18s", "its output");
    show_four(other.model.lm_head, &untied.model);
    close_model(&other.model);
    close_model(&untied.model);
}

static void show_step_length(bool both, float rate, size_t n_steps,
                             const struct choice *choice)
{
    struct tied_way way = {
        .in_rate = 1, .out_rate = 1, .rate = rate, .both = both, .n_steps = n_steps};
    learn_tied(&way, choice->start, choice->seed);
    printf("%-8.2f%6.2f%7.2f%6zu%7.3f\n", (double)rate, way.followers, way.predecessors,
           way.n_like_output, way.loss);
    fflush(stdout);
}

// the grammar with one end compared and with both, in steps of several lengths
static void show_step_lengths(const struct choice *choice)
{
    heading("The grammar in shorter steps");
    printf("%-8s%6s%7s%6s%7s\n", "rate", "1, 2", "1, 3", "wins", "loss");
    for (size_t k = 1; k < 16; k = k == 4 ? 10 : 2 * k)
        show_step_length(false, 1.0f / (float)k, k * N_GRAMMAR_STEPS, choice);
    printf("both ends compared:\n");
    show_step_length(true, 1.0f, N_GRAMMAR_STEPS, choice);
    show_step_length(true, 0.5f, N_GRAMMAR_STEPS, choice);
    show_step_length(true, 0.1f, 10 * N_GRAMMAR_STEPS, choice);
}

// the fastest of 40 rounds, in seconds for one training step
static double time_steps(struct model *model, const struct corpus *novel)
{
    double best = INFINITY;
    struct work work;
    open_work(&work, model->vocab_size);
    for (size_t round = 0; round < 40; round++) {
        double start = seconds();
        for (size_t b = 0; b < 10; b++)
            train_step(model, &work, novel, b, 0.1f);
        best = fmin(best, (seconds() - start) / 10.0);
    }
    close_work(&work);
    return best;
}

// additions and multiplications a second of the tile with everything in the nearest cache
static double tile_speed(void)
{
    float a[8 * 32], b[32 * 32], out[8 * 32];
    double best = INFINITY, kept = 0.0;
    uint64_t rng = 1;
    fill_normal(a, 8 * 32, 1.0f, &rng);
    fill_normal(b, 32 * 32, 1.0f, &rng);
    for (size_t round = 0; round < 40; round++) {
        double start = seconds();
        for (size_t n = 0; n < 500; n++) {
            product(out, a, 32, 1, b, 8, 32);
            a[n % 256] += 1e-9f * out[n % 256];
        }
        best = fmin(best, (seconds() - start) / 500.0);
        kept += (double)out[0];
    }
    return isnan(kept) ? 0.0 : 2.0 * 8 * 32 * 32 / best;
}

// seconds for one call of your function on a batch of the novel; NAN if it is not written
static double time_yours(const struct model *model, const struct corpus *novel)
{
    const size_t n = model->vocab_size * D;
    uint32_t ids[BATCH], targets[BATCH];
    float *dwte = allocate(n, sizeof(float)), *dlogits = allocate(n, sizeof(float));
    float dm[D * D] = {0};
    double best = INFINITY;
    read_batch(ids, targets, novel, 0);
    for (size_t k = 0; k < n; k++)
        dlogits[k] = 1e-4f;
    for (size_t round = 0; round < 5; round++) {
        double start = seconds();
        your_gradient(dwte, dm, dlogits, model, ids);
        best = fmin(best, seconds() - start);
    }
    free(dlogits);
    free(dwte);
    return best;
}

static void show_ratio(const char *name, double ratio, bool at_least, double want)
{
    printf("%-58s ~%-8.2f want %s %.2f   %s\n", name, ratio, at_least ? ">=" : "<=", want,
           (at_least ? ratio >= want : ratio <= want) ? "ok" : "MISSED");
}

static void show_bench(const struct corpus *novel)
{
    struct model models[N_MODELS];
    double step[N_MODELS], ceiling = tile_speed();
    for (enum kind kind = UNTIED; kind < N_MODELS; kind++) {
        open_model(&models[kind], kind, VOCAB_SIZE, SAME, 1);
        step[kind] = time_steps(&models[kind], novel);
    }
    double speed = 6.0 * BATCH * VOCAB_SIZE * D / step[UNTIED];
    heading("Benchmarks of chapter 5 (V = 2,000, d = 32, 32 words a step)");
    printf("one training step ~%.0f us; %s ~%.1f GFLOP/s\n", 1e6 * step[UNTIED],
           "one tile in the nearest cache", ceiling / 1e9);
    printf("with AVX2 or AVX-512:\n");
    show_ratio("training step / the same products in the nearest cache", speed / ceiling,
               true, 0.50);
    printf("on any machine:\n");
    show_ratio("time of a tied step / an untied step", step[TIED] / step[UNTIED], false,
               1.15);
    show_ratio("time of a step with the matrix / an untied step",
               step[TIED_M] / step[UNTIED], false, 1.25);
    if (is_written(TIED))
        printf("exercise 5.1 takes ~%.1f times as long as a whole step in tiles\n",
               time_yours(&models[TIED], novel) / step[TIED]);
    if (is_written(TIED_M))
        printf("exercise 5.2 takes ~%.1f times as long as a whole step in tiles\n",
               time_yours(&models[TIED_M], novel) / step[TIED_M]);
    for (enum kind kind = UNTIED; kind < N_MODELS; kind++)
        close_model(&models[kind]);
}

/*
## What you can change

The program takes settings: `build/05_heads turn=45 word=frank`, for example. Each has a
row in the table below, and `build/05_heads settings` prints them. The numbers in the text
are those of the defaults.

::: {.run passes="0.25"}
In this page the three models read a quarter of the novel, once, unless you ask for more: a
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
    {"seed", "whole", "1", 1, 1000000, "where the novel's models and the grammar begin"},
    {"ring", "whole", "4", 2, RING_MAX, "the words in the ring that one table learns"},
    {"points", "text", "1,0 0,1 -1,0 0,-1", 7, 80, "the ring's four points: x,y of each"},
    {"turn", "number", "90", -360, 360, "degrees by which the four points are turned"},
    {"rate", "number", "0", 0, 20, "one learning rate on the novel; 0: to each its best"},
    {"passes", "number", "2", 0.01, 100, "how often the novel is read"},
    {"backwards", "whole", "0", 0, 1, "1: the novel is read from back to front"},
    {"matrix", "number", "1", 0, 1, "the share of that rate at which the matrix moves"},
    {"start", "whole", "0", 0, 2,
     "the matrix begins: 0 changing nothing, 1 in halves, 2 random"},
    {"input", "number", "1", 0, 2, "the share of the input half that moves a tied table"},
    {"output", "number", "1", 0, 2,
     "the share of the output half that moves a tied table"},
    {"word", "text", "any", 1, 13, "the word of the novel that is heard and looked at"},
    {"loudness", "number", "4", -20, 20, "the last stretch in the table of entropies"},
    {"controls", "whole", "0", 0, 5,
     "1: rates, 2: seeds, 3: kinds of matrix, 4: two halves, 5: steps"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

// eight finite numbers with commas and spaces between them
static bool read_points(float *points, const char *text)
{
    for (size_t k = 0; k < 8; k++) {
        char *end;
        points[k] = strtof(text, &end);
        if (end == text || !(fabsf(points[k]) <= 100.0f))
            return false;
        text = end + strspn(end, ", ");
    }
    return *text == '\0';
}

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static struct choice read_choice(char **args)
{
    struct choice choice = {
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .ring = (size_t)setting_number(settings, args, "ring"),
        .turn = setting_number(settings, args, "turn"),
        .rate = (float)setting_number(settings, args, "rate"),
        .matrix = (float)setting_number(settings, args, "matrix"),
        .start = (enum start)setting_number(settings, args, "start"),
        .input = (float)setting_number(settings, args, "input"),
        .output = (float)setting_number(settings, args, "output"),
        .passes = setting_number(settings, args, "passes"),
        .word = setting_text(settings, args, "word"),
    };
    scales[N_SCALES - 1] = (float)setting_number(settings, args, "loudness");
    if (!read_points(choice.points, setting_text(settings, args, "points")))
        give_up(
            2, "points= takes four points, as in 1,0 0,1 -1,0 0,-1, no number above 100");
    return choice;
}

static bool ran_away(const struct run *runs)
{
    for (enum kind kind = UNTIED; kind < N_MODELS; kind++)
        if (runs[kind].trained && !isfinite(runs[kind].held_out[runs[kind].n_points - 1]))
            return true;
    return false;
}

static void show_chapter(const struct corpus *novel, const struct choice *choice)
{
    struct run runs[N_MODELS] = {0};
    show_random_tables();
    show_halves();
    show_bare_ring(choice->ring);
    show_quarter_turn(choice->points, choice->turn);
    show_ring();
    show_novel(runs, novel, choice);
    show_gpt2();
    if (ran_away(runs)) {
        printf("\na model ran away, and what is left of it\n"
               "shows nothing: try a lower rate=\n");
        show_loudness(NULL, novel, choice->word);
    } else {
        show_grammar(choice->start, choice->seed);
        show_resemblance(runs);
        show_lengths(runs, novel);
        show_loudness(runs, novel, choice->word);
        show_lens(runs, novel, choice->word);
    }
    for (enum kind kind = UNTIED; kind < N_MODELS; kind++)
        close_model(&runs[kind].model);
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const struct choice choice = read_choice(args);
    const int controls = (int)setting_number(settings, args, "controls");
    const char *path = getenv("TEXT");
    struct corpus novel =
        open_novel(path && *path ? path : "chapters/data/austen/emma.txt");
    if (id_of(&novel, choice.word) == 0 && strcmp(choice.word, "any") != 0)
        give_up(2,
                "word=%s: the %d most frequent words of the text, in lower case, do "
                "not have it",
                choice.word, VOCAB_SIZE - 1);
    if (setting_number(settings, args, "backwards") > 0.0) {
        reverse(novel.ids, novel.n_train);
        reverse(novel.ids + novel.n_train, novel.n_ids - novel.n_train);
    }
    if (asks_for_bench(args))
        show_bench(&novel);
    else if (controls == 1)
        show_rates(&novel, &choice);
    else if (controls == 2)
        show_seeds(&novel, &choice);
    else if (controls == 3)
        show_middles(&novel, &choice);
    else if (controls == 4)
        show_balances(&novel, &choice);
    else if (controls == 5)
        show_step_lengths(&choice);
    else
        show_chapter(&novel, &choice);
    close_corpus(&novel);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="5.1"}
Each `dlogits[t][v]` belongs to a pair of rows: the one that was read at position
t, and the one that was scored. Which row does each of the two get as its share?
:::

::: {.hint exercise="5.1"}
With x = ids[t]: `dwte[x][i] += dlogits[t][v] * wte[v][i]` and
`dwte[v][i] += dlogits[t][v] * wte[x][i]`. The two lines are each other's mirror
image. Both run for every t, v and i.
:::

::: {.hint exercise="5.1"}
First look through all ids, and return false if one is not below vocab_size. Then
three nested loops: over the positions t, the words v, the numbers i. Inside, the
two additions of the second hint. Read from wte only, never from dwte. Return
true.
:::

::: {.hint exercise="5.2"}
Which numbers do you need before any gradient can be added? At one position and
for one column j, how many numbers are `h` and `dh`?
:::

::: {.hint exercise="5.2"}
For fixed t and j, with x = ids[t]: h = sum over i of wte[x][i] m[i][j]; dh = sum
over v of dlogits[t][v] wte[v][j]. Then dwte[v][j] += dlogits[t][v] h for all v,
dwte[x][i] += m[i][j] dh for all i, and dm[i][j] += wte[x][i] dh for all i.
:::

::: {.hint exercise="5.2"}
Check the ids. Loop over the positions t, inside it over the columns j. There: a
loop over i that adds up h; a loop over v that adds up dh and, in the same breath,
adds the output half; a loop over i that adds the input half and dm. Everything is
read from wte and m, and only added to dwte and dm.
:::

::: {.hint exercise="5.3"}
Which parts of the model grow with the vocabulary, which with the number of
blocks, and which stand there only once?
:::

::: {.hint exercise="5.3"}
With T for max_seq_len and L for n_layers: V d + T d + L (12 d d + 13 d) + 2 d.
Untied: + V d. Without the bias of query, key and value: - 3 d for each of the L blocks.
:::

::: {.hint exercise="5.3"}
Refuse the three zeros. Copy d_model into a uint64_t d first, so that every
product is computed in 64 bits. Compute the count of one block, subtract 3 d if
qkv_bias is false, multiply by n_layers. Add the tables, once or twice, and the
last normalisation. Only then write *n_params.
:::

::: {.hint exercise="5.4"}
How large is the largest score? What remains of the probabilities if you subtract
it from all of them?
:::

::: {.hint exercise="5.4"}
With z[v] = scale (h . wte[v]) - the largest of these, S = sum over v of
exp(z[v]), and W = sum over v of z[v] exp(z[v]): H = log(S) - W / S.
:::

::: {.hint exercise="5.4"}
Return NAN for an empty size. One loop over v finds the largest score; write a
small function for the score of a row, since you need it twice. A second loop over
v adds up S and W, in double. The greatest score is the largest one *after*
scaling: with a negative scale it belongs to another word.
:::

::: {.hint exercise="5.5"}
How would you find only the best word? And when you know it, which words may still
be the second best?
:::

::: {.hint exercise="5.5"}
Word v comes after word u in the order if z[v] < z[u], or if z[v] == z[u] and v >
u. top[k] is the first in this order among those that come after top[k - 1].
:::

::: {.hint exercise="5.5"}
Refuse the bad sizes. For each k, loop over all v and compute z[v] in double. Skip
it if k > 0 and it does not come after the last one that you chose. Of the rest
keep the one with the greatest z; replace it only by a strictly greater one, so
that of equal ones the smaller id stays. Remember its z for the next round.
:::
*/
