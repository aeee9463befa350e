/*
# How wide is wide enough? {#dimension}

A row of GPT-2's smallest model has 768 numbers, one of its largest 1,600, one of GPT-3 12,288
[@radford2019; @brown2020]. Ask why, and you hear that a wider row *holds more meaning*. It
sounds like a box: the larger the box, the more fits in. So how small may it be? [How many
numbers must a row have if a model is to know, after each of 50,257 tokens, which one comes
next?]{.teaser}

Two. Not two thousand: two. It is enough to write down where they are, and you will do so in a
few lines, for any table of followers that you like. With one number it cannot be done, for no
more than two words can ever be said at all. So the box is the wrong picture, and this chapter
looks for a better one: what a table costs as it grows, which words a narrow head can never say,
what a novel gains from width, how many of the hundred numbers of a real table one can do
without, and what all the others are *for*.

![Eight words on a circle. What the model has read is an arrow; the word that it points at has
the greatest logit. Look at how little its neighbours are behind, and imagine 50,257 of
them.](drawing:circle){alt="Left a circle with eight words, a to h, evenly spaced, and an arrow
from the centre to word b. Right the logits as bars: b 1.00, its neighbours a and c 0.71, h and
d 0, g and e minus 0.71, f minus 1."}

You need the logits of chapter 3. Chapters 5 (the count of GPT-2's parameters) and 7 (the table
GloVe and its analogies) are used, and said again where they are needed. The file is
`chapters/10_dimension.c`; `make chapter10` builds it, runs it, and says what to do next.
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

// the small tools, written out at the end
static void heading(const char *title);
static _Noreturn void give_up(int status, const char *format, ...);
static void *allocate(size_t n, size_t size);

/*
## What a table weighs

First the bill: nobody would ask how narrow a row may be if a wide one cost nothing. GPT-2's
table has 50,257 rows of 768 numbers of four bytes, and that is 154 MB; in general, $V$ rows of
$d$ numbers take $4Vd$ bytes. Looking a row up costs no arithmetic at all (chapter 1). But the
other end of the model, the head that scores every word of the vocabulary, takes one
multiplication and one addition for each number of its table: $2Vd$ FLOPs (floating-point
operations) a token.

Chapter 1 met GPT-3's table, whose 2,470,232,064 bytes are more than the largest `int`. A
program that multiplies its sizes in `int` gets a negative number. One that multiplies in 32
bits without a sign gets away with it once more, and fails at the next model. So we write it
down once and for all, in 64 bits, and *ask* whether it fits.

## Exercise 10.1: what a table costs {#table-cost .exercise}

Given the sizes, say how many bytes the table takes, and how many FLOPs the head needs to score
`n_tokens` tokens. `bits` is the size of one number: 32 for a `float`, 8 for the small ones that
we shall meet. The numbers of a row stand close together, and each row begins at a whole byte: a
row of 3 numbers of 4 bits takes 2 bytes, not 1.5.

By hand, 2 tokens, 5 words, $d = 3$: at 32 bits the table has $5 \cdot 12 = 60$ bytes, at 4 bits
$5 \cdot 2 = 10$, and at 1 bit 5. The FLOPs are $2 \cdot 2 \cdot 5 \cdot 3 = 60$ each time.

If one of the two results does not fit in a `uint64_t`, return `false` and leave both alone.
Results that do fit must be right, however large the numbers are on the way: a row of $2^{61}$
numbers of 8 bits has $2^{64}$ bits and still only $2^{61}$ bytes. And where a size is 0 the
product is 0, whatever the other sizes are. `bits` may be 1 to 64; anything else is refused.
*/

// bytes = vocab_size * (d_model * bits / 8, rounded up)
// flops = 2 * n_tokens * vocab_size * d_model
// false, and both untouched, if bits is not 1 to 64, or one of the two does not fit in 64 bits
EXERCISE bool table_cost(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens,
                         uint64_t vocab_size, uint64_t d_model, uint64_t bits)
{
    // your code here
    (void)bytes, (void)flops, (void)n_tokens, (void)vocab_size, (void)d_model, (void)bits;
    return false;
}

/*
::: {.output section="What a table weighs"}
:::

The first four rows are GPT-2's four sizes, with the counts of chapter 5; the last is the
largest GPT-3, counted the same way. *Model %* is the share of the table among all parameters,
*head %* that of the head among all multiplications of a forward pass (the $12 d^2$ numbers of a
block are used once a token each; attention's own products, which depend on the length of the
text, are left out).

The wider the model, the *less* its table matters: [31.02]{.n section="What a table weighs"} %
of the small GPT-2, [5.16]{.n section="What a table weighs"} % of the XL,
[0.35]{.n section="What a table weighs"} % of GPT-3. The table grows with $d$ and a block with
$d^2$. In a large model width is paid for in the blocks. So nobody chooses 12,288 for the sake
of the table; still it is the table's rows, and above all the head's, that show most clearly
what width does.

And GPT-4? You will find its width in tables like ours, 16,384 perhaps. Its makers have not said:
the report has "no further details about the architecture (including model size)" [@openai2023,
sec. 2]. What they did publish is its tokenizer, with ids up to 100,276 [@tiktoken,
`openai_public.py`]. So of its table we know the rows and not the columns.

## Two numbers are enough

The bill says what a number more in each row costs, and not what it buys. So begin at the other
end, with the least that a row can do. Take $V$ words and for each of them the one word that comes
next: *any* table of followers, `next[v]`. A model of chapter 3's kind looks up a row $E_v$ of $d$ numbers and says the word $w$
with the greatest logit $E_v \cdot U_w$. What meets the output rows in this product is called
the **hidden state**: chapter 3's hidden row $h$, here $E_v$ itself.

Put the output rows on a circle, evenly. The hidden state is an arrow in the same plane. A logit
is the arrow's length times the cosine of the angle between the two. Of eight words the one that
the arrow points at gets 1, its neighbours stand 45 degrees aside and get 0.71, and of any number
of words it beats all the others: they stand at larger angles. So let the *input* row of $v$ be
the output row of the word that follows it. That is all. (If you know linear algebra you may
have looked at the matrix with a 1 where a word follows and 0 elsewhere: its
[rank](#matrix-rank) may be 50,257. But nobody asked for logits of 1 and 0, only for the right
one to be greatest.)

## Exercise 10.2: the circle {#circle-model .exercise}

Build this model: output row $w$ at the angle $2\pi w / V$, counted from (1, 0) towards (0, 1),
and the input rows so that after word $v$ the word `next[v]` wins.

By hand, 4 words, `next` = 2, 0, 0, 3. The output rows are (1, 0), (0, 1), (−1, 0) and (0, −1);
the input rows are copies of rows 2, 0, 0 and 3: (−1, 0), (1, 0), (1, 0), (0, −1).

Compute each angle, its cosine and its sine in `double` and round once, to `float`. (A number
that should be 0 may come out as 6e−17, that is no error. C11 has no constant for $\pi$;
`acos(-1.0)` is it.) If any `next[v]` is not below `vocab_size`, return `false` and leave both
tables alone. No words are nothing to do, and no error.
*/

// lm_head[w] = (cos(2 pi w / V), sin(2 pi w / V))   wte[v] = lm_head[next[v]]
//   wte, lm_head [vocab_size][2]   next [vocab_size]
// false, and both tables untouched, if a next[v] is not below vocab_size
EXERCISE bool circle_model(float *wte, float *lm_head, const uint32_t *next,
                           size_t vocab_size)
{
    // your code here
    (void)wte, (void)lm_head, (void)next, (void)vocab_size;
    return false;
}

/*
The program throws the followers by dice, and asks the model for each word (of large
vocabularies for 200 words, spread over all).

::: predict
With 8, 50, 10,000 and GPT-2's 50,257 words: for how many of each will the model be right? Your
rows are `float`s.

:::: answer
For all of them, up to 10,000 words. Of GPT-2's, for [41.0]{.n section="Two numbers are enough"} %.
::::
:::

::: {.output section="Two numbers are enough" set="seed"}
:::

Up to 10,000 words, two numbers a word are right every single time, as the circle promised. The
promise holds for any table of followers: nothing in it depends on who follows whom.

### Where a float cannot tell

At GPT-2's 50,257 words, the same construction in the same `float`s is right only
[41.0]{.n section="Two numbers are enough"} % of the time. The mathematics has not changed. Look
at the third column, the **margin**: how far the second word is behind. Neighbours on the circle
are $2\pi/V$ apart, so the margin is $1 - \cos(2\pi/V) \approx 20/V^2$, here
[7.82e-09]{.n section="Two numbers are enough"}. A `float` near 1 is rounded to the nearest
multiple of 6e−8 or so. The words stand closer together than the numbers that say where they
stand.

The last column says how *loud* the arrow must be, that is, how long (chapter 5), for the softmax
to give the right word nine parts in ten: [10]{.n section="Two numbers are enough"} times the
unit arrow for 8 words, [367]{.n section="Two numbers are enough"} for 50, and 370 million for
GPT-2's. Keep both columns in mind. They are what this chapter ends on.

::: aside
In `double`s the circle would last longer: $20/V^2$ falls below $10^{-16}$ only at some 450
million words.
:::

::: belief
**"A narrow row cannot hold enough to know 50,000 words."** It can *hold* enough: two real
numbers a word do, for as many words as you like. Where each word has *one* follower (such a
table is called **deterministic**), capacity in this sense never runs out.
:::

## Who can ever win

The circle left two questions open: what of one number, and what of rows that nobody has placed
so well? Give three words one number each, 3, −1 and 2. The logits are $h\, u_w$: a positive $h$
puts the 3 first, a negative one the −1, and the 2 is first for none. If $h$ is positive, the
word with the largest $u_w$ wins, and if negative the one with the smallest. So of 50,257 words
*two* can be said. No training helps, and no hidden state. All others have a probability,
perhaps a decent one; but never the greatest.

In two dimensions, put a fifth word into the middle of a square of four. Whatever way the arrow
points, a corner is ahead of it. A word like that can never win either. When can it? Word $v$
wins for $h$ if $h \cdot (u_v - u_w) > 0$ for all other $w$: all the other rows must lie on one
side of a straight line through $u_v$. So exactly the corners of the outline can win. The
outline of all rows is called their **convex hull**: the shape of a rubber band that is let go
around them.

![Where the rubber band turns is a word that can win. Look at the word in the middle, and at the
one on the edge: for the best of arrows it is level with two others, and never
ahead.](drawing:hull){alt="Nine points in the plane and a closed line around them that turns at
five of them, drawn full. One point lies on a side of the line, three lie inside, drawn hollow.
From one corner an arrow points outwards, and a straight dashed line through that corner has all
other points on one side."}

## Exercise 10.3: the words that can win {#reachable-words .exercise}

Decide for each word of a head with rows of one or two numbers whether *some* hidden state gives
it a logit that is strictly greater than that of every other word.

By hand, $d = 2$, with the rows (0, 0), (4, 0), (4, 4), (0, 4), (2, 0), (1, 2): words 0 to 3 are
the corners of a square and can win. Word 4 lies on its side: for $h = (0, -1)$ it has the logit
0, but so have words 0 and 1. Word 5 lies inside. So `reachable` is 1, 1, 1, 1, 0, 0. With
$d = 1$ and the rows 3, −1, 2, 3 only word 1 can win: words 0 and 3 are always level with each
other.

So two words with equal rows cannot win, either of them. A word that is alone ($V = 1$) has
nobody to beat and wins. $V^2$ steps are quite all right; no words are no error. Take the
differences and their products in `double`. If all numbers are whole multiples of one power of
two, and none is more than $2^{24}$ times that, nothing is rounded, and the answer is exact; the
tests use no others. What NaN and infinity do is up to you.

How to decide it is your part. One way: seen from $u_v$, the directions of all others must fit
into an angle of less than 180 degrees. The **cross product** $a_0 b_1 - a_1 b_0$ of two
directions tells without any angle: it is positive if $b$ lies to the left of $a$ (by less than
180 degrees), negative if to the right, and 0 if they point the same way or opposite ways. (Which
of these two, the sign of their dot product says.)
*/

// reachable[v] = 1 if there is an h with h . lm_head[v] > h . lm_head[w] for all w but v, else 0
//   reachable [vocab_size]   lm_head [vocab_size][d_model]
// false, and reachable untouched, if d_model is neither 1 nor 2
EXERCISE bool reachable_words(uint32_t *reachable, const float *lm_head,
                              size_t vocab_size, size_t d_model)
{
    // your code here
    (void)reachable, (void)lm_head, (void)vocab_size, (void)d_model;
    return false;
}

/*
### In three dimensions and more

For three dimensions and more there are exact methods too, but they are long. We search instead:
begin with an arrow that points from the mean row to $u_v$, and as long as another word is level
or ahead, turn away from the row $u_w$ of the one that is most ahead: add to the arrow a step
of length 1 from $u_w$ towards $u_v$. If there is a winning arrow, this finds one in the end
[@rosenblatt1958 has the rule]; so each word found is proved, and of the others we only know
that 2,000 turns did not do. For one and two dimensions your function is the control.

::: predict
Fifty words, rows thrown by dice. How many of them can win if $d = 2$? And how large must $d$ be
before all of them can?

:::: answer
About nine. And 16 numbers are enough for all of them, in nearly every table.
::::
:::

::: {.output section="Who can ever win" set="states" follows="seed"}
:::

The ranges are those of eight tables. In two dimensions 7 to 11 of the fifty, and the search
counts just as many as your function does. At $d = 8$ it is 48 or more, at 16 all fifty. *By
dice* is the lazy way: throw 20,000 arrows and see who wins. It misses some.

Random rows need not stand on a circle, and hardly any does. But the more dimensions there are,
the more room there is on the outside: in a high-dimensional cloud nearly every point is a
corner. So for a real model, with hundreds of numbers and trained at that, one would expect no
unsayable words. They were looked for in 150 published ones. In 13 there were some, few and rare
[@grivas2022]. That a word inside the hull is bounded by the words on it was noticed by Demeter,
Kimmel and Downey [-@demeter2020].
*/

/*
## The novel, width by width

So far no row has learned anything: those of the circle were placed, those of the last table
thrown. And we asked of one word only that it win, where a text asks how probable each of them
is. So let a model learn. It is chapter 3's, untied, on *Emma*, but with the 1,000 most frequent
words (the rest share `<unk>`) and with rows of 1 to 64 numbers. Each width has a learning rate
of its own, the best of a grid that goes past it on both sides (`build/10_dimension controls=1`
tries seven around each), and half of the novel is read once.

::: predict
From 1 number to 64: where do you expect the knee, the width from which on it hardly gets
better?

:::: answer
About 8.
::::
:::
*/

enum { VOCAB_SIZE = 1000, MAX_VOCAB = VOCAB_SIZE, BATCH = 32 };
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

/*
::: {.output section="The novel, width by width" set="passes factor"}
:::

![Held-out loss against the width. Look at where the curve bends, and at what the first number
buys.](figure:dimension-novel){#fig-dimension-novel}

Each line of the table is a model: its width, how many numbers its two tables have together, the
rate it was trained at, and in the last column its loss on the words held out, in nats. Look
first at that of one number, and at the loss below the table, of a model that knows how frequent
each word is and nothing more. [5.018]{.n section="The novel, width by width"} against
[5.103]{.n section="The novel, width by width"} is not much: no word has a number of its own that
says how frequent it is, so frequency too has to come out of the product of the two rows. Then
go down. Each doubling gains a lot, until 8; from 8 to 16 it is [4.205]{.n section="The novel, width by width"} to
[4.145]{.n section="The novel, width by width"}, and from 32 to 64 a hundredth.

### Behind the bend

The gains behind 8 are small. Are they more than chance? `controls=2` trains nine widths from
eight seeds each (a minute or two):

|   d | rate |  mean | least |  most |
|----:|-----:|------:|------:|------:|
|   1 |    6 | 5.021 | 5.018 | 5.024 |
|   2 |    6 | 4.744 | 4.728 | 4.776 |
|   4 |    8 | 4.387 | 4.372 | 4.412 |
|   8 |    8 | 4.213 | 4.205 | 4.222 |
|  16 |    8 | 4.146 | 4.142 | 4.152 |
|  32 |    8 | 4.120 | 4.116 | 4.125 |
|  64 |    8 | 4.108 | 4.103 | 4.114 |
| 128 |    8 | 4.096 | 4.093 | 4.107 |
| 256 |    8 | 4.089 | 4.086 | 4.096 |

The doublings go on helping, each of them on average, but beyond 32 by a hundredth: about as much as
two seeds differ. Is it only that half a novel, read once, has no use for more? Read four times,
with the rates tuned again (`controls=1 passes=4 factor=0.375`, some minutes, seed 1, the best
of seven rates), 8 numbers reach 4.085, 16 reach 4.007, 32 3.976, 64 3.964 and 128 3.960. All
are better, and the bend is where it was. A text with more to learn in it may well bend later;
that we have not tried.

There is a rule of thumb for all this: take the fourth root of the number of words
[@tensorflowcolumns]. For our thousand words that is 5.6. It lies between 4 and 8, where the
doubling gains 0.17 nats, and 16 numbers gain 0.07 more. For GPT-2's 50,257 it would be 15,
and GPT-2 took fifty times as many. A rule that does not ask what the rows are for cannot
know.

### Who can win in the novel

The loss asks for all probabilities at once. Ask the trained heads the question of before, too:
which of the thousand words can win?

::: predict
The model with rows of 8 numbers has learned from 88,000 words of the novel. How many of the
thousand words can win in its head? And in one of the same size, thrown by dice?

:::: answer
One in five. In the head of dice nearly every second.
::::
:::

::: {.output section="Which of the novel's words can win"}
:::

Again each line is a model. *Said* are the different words that it would say, over all words that
it may read: [2]{.n section="Which of the novel's words can win" at="d = 1 :2"} with one number,
of course. *Can, %* asks who *could* be said, for any hidden state at all (and so do the columns
behind it). Look first at the line of two numbers, for there your function answers, for all
1,000 words: [0.7]{.n section="Which of the novel's words can win"} %, seven corners. From 4 to
32 numbers the program searches for every tenth word, with 300 turns each: [20.0]{.n
section="Which of the novel's words can win"} % at 8, [85.0]{.n section="Which of the novel's
words can win"} % at 16, and all at 32.

### Training makes it worse

Go one column on, to a head of a thousand rows of *dice*: [47.0]{.n section="Which of the novel's
words can win"} % and [99.0]{.n section="Which of the novel's words can win"} %. More words can
win in a head of random rows than in a trained one. (With `seed=1` to `seed=8` it is 18 to 26 %
against 41 to 54 at 8 numbers, and 80 to 91 against 96 to 100 at 16. At 4 numbers there is no
such difference.)

What keeps a word inside is its length. Rows of one length lie on a sphere, and of points on a
sphere each is a corner. (So the last column, *alike*, for which all rows of the trained head are
stretched to one length, must say [100.0]{.n section="Which of the novel's words can win"
at="d = 4:7"} %; it tests the search and not the novel.) Inside are only rows that are shorter
than some around them, and short are the rows of rare words (chapter 5): at $d = 8$ more than
half of the commonest 250 (*often*) can win, and of the rarest 250 (*rare*)
[0.0]{.n section="Which of the novel's words can win" at="d = 8:6"} %.

Does it matter? For the loss not much, as the rare words have their probability all the same.
For a program that always says the likeliest word it does.

::: aside
Turns are not proofs. With `turns=3000` the search finds one more of the hundred words at
$d = 8$, four more at 16, and none at 4.
:::

## How many rows the logits really have

The loss goes on falling behind the bend, by a little. What is it that a narrow row misses there?
A width limits something else, which no training can lift. Write down the logits after $n$ words
as a matrix, a row each: it is the product of an $n \times d$ matrix and a $d \times V$ one.
Whatever the numbers are, each row of it is a mix of the same $d$ rows. The number of rows that
all others can be mixed from is the **rank** of a matrix, and here it is at most $d$.

## Exercise 10.4: the rank {#matrix-rank .exercise}

You find a rank by elimination. Take the entry of the largest size, the **pivot**. Subtract from
each other row that multiple of the pivot's row which makes a 0 in the pivot's column. Now leave
the pivot's row and column alone, and do the same with what remains, until nothing but zeros is
left. The number of pivots is the rank.

With `float`s, "nothing but zeros" has to be "nothing but rounding". So stop as soon as the next
pivot is *not greater* in size than `tolerance` times the first one. A matrix of zeros has the
rank 0, whatever the tolerance.

By hand: the rows (2, 4) and (1, 2.5). The pivot is 4. The second row loses 0.625 times the
first and becomes (−0.25, 0). The second pivot is −0.25: rank 2. With the tolerance 0.1 it is 1,
for 0.25 is not greater than 0.4.

Compute in `double`, in `room`, which is as large as the matrix and yours to fill; `a` is only
read. If an entry is NaN or infinite, or the tolerance negative or NaN, return `false` and leave
`rank` alone. Sizes of 0 give the rank 0. The tests' matrices leave no doubt: what is left over
is either far above the tolerance or far below, whichever of several pivots of about the same
size you take.
*/

// rank = the number of pivots whose size is greater than tolerance * the size of the first
//   a [n_rows][n_columns]   room [n_rows][n_columns], whatever is in it before and after
// false, and rank untouched, if an a[r][c] is not finite, or tolerance is not at least 0
EXERCISE bool matrix_rank(uint32_t *rank, double *room, const float *a, double tolerance,
                          size_t n_rows, size_t n_columns)
{
    // your code here
    (void)rank, (void)room, (void)a, (void)tolerance, (void)n_rows, (void)n_columns;
    return false;
}

/*
::: {.output section="How many rows the logits really have"}
:::

100 words as contexts, 200 as candidates, tolerance 1e−5. The logits have exactly the rank $d$.
Their logarithms of probabilities have one more: the softmax subtracts from each row a number of
its own, and that is one more row to mix in, the row of ones. Now the last line. The novel's own
counts, as logarithms (of the count plus 1, as 0 has none), have the rank
[99]{.n section="How many rows the logits really have"} of 100.

A model whose logits have the rank $d$ can match a table of logarithms of the rank $r$ only if
$d \geq r - 1$. This is known as the **softmax bottleneck** [@yang2018, corollary 1]. So no
model of 64 numbers can say exactly what the counts say. Yet it loses next to nothing: the loss
above has long bent. A rank counts directions and not how much they matter; and some of these 99
may be the noise of a finite novel. The rank alone proves nothing about how wide a model should
be.

And beside it stands the circle: for a table of followers with the rank 50,257, *two*
dimensions. One number must be the greatest, or all must be right: between these two questions
lies the whole width of the bottleneck.

## A hundred numbers, and fewer

The rank says how many directions there are, and not how many of them are needed. So take a wide
table that is good for something, and take numbers away: GloVe's 10,000 rows of 100 numbers, and
the analogies of chapter 7, six families of them. How many of the hundred do they need? There are
three ways to have fewer.

- **The longest directions.** Find the directions in which the rows reach farthest (chapter 7
  did it with the mean taken off; here the table stays as it is), and keep how far each row goes
  along the first $k$. No other $k$ directions leave less behind, in squares.
- **The first.** Keep the first $k$ numbers of each row and throw the others away. Chapter 7
  showed that an axis means nothing; so why not these?
- **Dice.** Throw $k$ directions at random, and keep how far each row reaches along *them*. It
  sounds absurd. But angles survive it, nearly: that is the lemma of Johnson and Lindenstrauss
  [@dasgupta2003], and it does not even depend on how wide the rows were before.

## Exercise 10.5: a random projection {#random-projection .exercise}

Each new number is the dot product of a row with a row of dice, divided by the square root of
how many new numbers there are. The dice come from outside, normal with the standard deviation
1, so that your function is the same each time. Why the root: a squared dot product with such
dice is $|x|^2$ in the mean, and `n_out` of them add up to `n_out` times that. Divided by the
root, a row keeps its length, roughly.

By hand: the row (3, −1), the dice (1, 2) and (0, −1), (2, 2), (1, 1); `n_out` is 4, its root 2.
The dot products are 1, 1, 4 and 2, so the new row is (0.5, 0.5, 2, 1).

Compute each sum in `double` and round once, at the end. Sizes of 0: no new numbers or no words
are nothing to do; rows of no numbers give zeros. There is no bad input.
*/

// out[v][j] = (1 / sqrt(n_out)) * sum over i of wte[v][i] * dice[j][i]
//   out [vocab_size][n_out]   wte [vocab_size][d_model]   dice [n_out][d_model]
// always true
EXERCISE bool random_projection(float *out, const float *wte, const float *dice,
                                size_t n_out, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)out, (void)wte, (void)dice, (void)n_out, (void)vocab_size, (void)d_model;
    return false;
}

/*
### Which cut costs least?

::: predict
With 50 of 100 numbers: which of the three does best? And do 100 thrown directions instead of
100 axes cost anything?

:::: answer
The longest directions and the first fifty are about level. And the thrown directions do cost
something: they lean towards each other.
::::
:::

::: {.output section="A hundred numbers, and fewer" set="draws"}
:::

A line is a width, the three columns are the three ways in their order, and the fourth, *squared*,
is a control that we come to: the same dice, made to stand at right angles first. Look at the last
line before the others. There nothing was left out, and one column has lost something all the same.

![Three ways to shorten a row, and a control. Look at the right half: whoever keeps right angles
comes out on the same curve.](figure:dimension-cuts){#fig-dimension-cuts}

The run asks every eighth question, to be quick. With all of them and eight throws
(`every=1 draws=8`) it is:

|                     |   20 |   35 |   50 |  100 |
|:--------------------|-----:|-----:|-----:|-----:|
| longest directions  | 53.3 | 68.6 | 77.3 | 86.2 |
| the first           | 47.5 | 71.6 | 77.5 | 86.2 |
| of dice             | 40.7 | 60.7 | 68.3 | 77.5 |
| the worst throw     | 34.0 | 55.8 | 64.1 | 74.9 |
| the best            | 46.7 | 65.5 | 69.9 | 79.3 |
| dice, squared       | 45.3 | 66.9 | 76.3 | 86.2 |
| the worst throw     | 41.0 | 60.7 | 72.8 | 86.2 |
| the best            | 49.6 | 73.1 | 78.0 | 86.2 |

A column is a width, and each number the share of the questions that is answered right, in
percent. At 20 numbers the
longest directions are ahead of everything, the best of eight throws included.
At 35 and 50 they are not: the first 35 columns, picked by nobody, get 71.6 % and the 35 longest
directions 68.6. Both lie within what the eight squared throws get. What reaches farthest is not
the same as what the analogies need.

### What the dice lose

The dice lose even at 100 numbers, where nothing was thrown away. It is not that the
directions are random. The last column is the control: the same dice, made to stand at right
angles before they are used. At 100 that is a rotation, and it costs nothing; at 50 it is level
with the first 50 columns. So truncation *is* a random projection, with the axes for dice, and
what plain dice lose they lose because they lean towards each other, and count some things
twice.

::: belief
**"Cutting the tail off a row destroys it."** Of this table one half is about as good as
another, as long as its directions stand at right angles: all of it was trained alike, without
a thought of being cut. One can do better by training for it, so that each prefix is a good
row by itself: *Matryoshka* embeddings [@kusupati2022].
:::

## Eight bits, and fewer

With all questions asked, half of the numbers cost nine analogies in a hundred. Was it numbers
that were missed, or only the bits in them? There is another way to make a table smaller: keep all the numbers,
and make *them* shorter. With 8 bits a number is one of 255 whole numbers, −127 to 127, times a scale that the row has
for itself. (The program tries sixteen scales a row, and keeps the one with the smallest squared
error. The scale, 4 bytes a row, is not counted.)

::: {.output section="Eight bits, and fewer"}
:::

Eight bits cost *nothing*: the same [85.8]{.n section="Eight bits, and fewer"} % as before, from
a quarter of the bytes. At four bits, fifteen steps, it is still
[82.1]{.n section="Eight bits, and fewer"} %. The right half is the control of equal size: as
many bits a row, but so many numbers *of 8 bits* each, the longest directions. With all
questions (`every=1`): four bits 83.1 against 77.3, two 62.1 against 61.0. So at four bits the
wide and coarse table is better than a fine and narrow one of the same size; at two they are
level.

Why does a number with 15 steps do? A dot product adds up a hundred of them. The rounding errors
of the single numbers point anywhere, and in a sum of many they cancel for the most part. That
is the first hint at what width is good for.

## What width buys

A hundred coarse numbers beat fifty fine ones of the same size, so what wide rows have is more than
bits. What, then? Back to the circle, where a margin was too small for a `float`, and to the
question of the beginning. A thousand words; each has a row of length 1, and the hidden state is the row itself. In two dimensions they stand on the circle, in
one evenly on a line, and in more we *do not even try*: the rows are thrown by dice.

For each width: the smallest margin that any word has; how loud the arrow must be for *that*
word to get nine parts in ten; and for how many words the right one wins: with `float`s, with 8
bits a number, and with noise of the size 0.1 on each number of the hidden state. The last two
lines are the control of equal size: *every* row has 64 bits, two numbers of 32, or 64 of 1;
without noise, and with it. Here a column is a width.

::: predict
Rows of 1, 2, 4, 8 and 64 numbers: which is the narrowest that stands the noise, nine words right
in ten? A row has the length 1, so of 64 numbers each is about 0.125, and the noise is 0.1.

:::: answer
That of 8 numbers, with [97.3]{.n section="What width buys"} % right.
::::
:::

::: {.output section="What width buys" set="noise"}
:::

(In the terminal this block and the two before it come before the novel, which takes
longest.)
One number: two of a thousand, always. **One is never enough.** Two: all of them, with `float`s.
**Two are enough for any deterministic table of followers.** Round the two to 8 bits, and
[14.8]{.n section="What width buys"} % are left. Touch the hidden state with noise, and it is
[1.4]{.n section="What width buys"} %. The margin was 2e−05, and everything is larger than that.

At 8 numbers the margin is hundreds of times as large (0.010 to 0.026 with the seeds 1 to 8),
with rows that nobody placed; 8 bits are plenty, and with the noise
[97.3]{.n section="What width buys"} % are right. At 64 the noise is nearly as large as the
numbers themselves, and not one word is lost. The loudness falls from
[146,745]{.n section="What width buys"} to [10]{.n section="What width buys"}.

### The same bits, shared out

The last two lines answer an objection: wider rows have more bits. With 64
bits each, *nothing* is lost by being narrow, as long as nothing is disturbed: two numbers of 32
bits are right for all words. With noise, the same 64 bits are worth
[2.2]{.n section="What width buys"} % as two numbers and
[100.0]{.n section="What width buys" at="+ noise:5"} % as 64 signs. (With the seeds 1 to 8:
1.8 to 2.9, and 99.9 or 100.) It is not how much a row can hold. It is how far apart its words
can stand. (Noise of one size *on each number* is even unfair to the wide: all of it together
is longer, by the root of 32.)

::: belief
**"More dimensions hold more meaning."** Two hold everything that a deterministic table has to
say. What width buys is **margin**: room to stand apart in, so that rounding, noise, and all
that training gets slightly wrong, does not matter. (What width gains while a model is trained
is another matter. Our circle was placed by hand; gradient descent, on the novel, found seven
corners.)
:::

So how wide is wide enough? Wide enough for the loss to have bent, on *your* text: here 16 to
32. Wide enough for each word to be sayable: about as wide, here. And beyond it, wide enough for
the noise that you have to live with. Nothing here asks for 12,288. But in a transformer the row
is also what all the blocks write into (chapter 9), and this chapter's models had no blocks.

## What you can now explain

- What a table costs in bytes, FLOPs and share of a model, and why the share falls as models
  grow.
- Why two numbers a word are enough to know any table of followers, and why one never is.
- What a margin is, and at how many words the circle breaks in `float`s.
- Which words a head can never say, and that a narrow trained head has many of them.
- Why logits have at most the rank $d$, what the softmax adds, and why that is no verdict on a
  model.
- Why the first 50 columns are as good as 50 random ones at right angles, and when the longest
  directions are better.
- What 8 bits a number cost, and four, beside fewer numbers of the same size.

## Three questions to think about

::: think
Give each of the words on the circle a *bias*, a number that is added to its logit whatever $h$
is. Can one dimension do now what took two?

:::: answer
Yes. Take $u_w = w$ and the bias $-w^2/2$. For $h = n$ the logit is $nw - w^2/2$, which is
greatest at $w = n$. A bias is a second number of the row, with a hidden state whose second
number is always 1: the rows stand on a parabola, and each point of a parabola is a corner of
its hull. The margin is 1/2, but the rows are as long as $V^2/2$, so a `float` is soon at its
end here too.
::::
:::

::: think
You may place the thousand rows of $d = 3$ yourself, instead of throwing dice. What is the best
margin to hope for, and how does it grow with $d$?

:::: answer
Points on a sphere with as much room as possible for each: a thousand caps must fit. Each has an
area of about a thousandth of the sphere, so the angle between neighbours is about
$4/\sqrt{1000} \approx 0.12$ and the margin about 0.007, beside 0.00002 on the circle. In $d$
dimensions the angle is roughly $V^{-1/(d-1)}$, up to a factor: each dimension takes the power
down.
::::
:::

::: think
GloVe at 8 bits lost nothing. Would you round the rows of the circle of 50 words to 8 bits too?

:::: answer
The margin is 0.0079, and rounding to steps of 1/127 moves a number by up to 0.004, so it looks
close. Multiply your own rows by 127, round them, and hand them to `reachable_words`. Which
circles survive depends on where their points happen to fall between the steps. What decides is
not the number of bits but the margin, and with two numbers nothing cancels.
::::
:::

## What to read next

- Yang and others [-@yang2018] state the softmax bottleneck, and propose a mixture of softmaxes
  against it.
- Demeter, Kimmel and Downey [-@demeter2020] on words that lose to the hull; Grivas, Bogoychev
  and Lopez [-@grivas2022] look for them in 150 models, with exact methods for any width.
- Dasgupta and Gupta [-@dasgupta2003] prove the lemma about random projections in five pages.
- Kusupati and others [-@kusupati2022] train rows of which every prefix can be used.
- Chapter 11 asks who decided which 50,257 pieces of text have a row at all.
*/

/*
## Behind the scenes

You can stop reading here. What follows reads the novel and the table, trains, shows and draws;
nothing in it is new but the two searches that the text speaks of.
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
    fputs("10_dimension: ", stderr);
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

// carried over from chapter 5
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
// end of what was carried over

// carried over from chapter 7
struct table {
    char *letters;     // the words, one after the other, each with a 0 behind it
    size_t *starts;    // [vocab_size] where in letters word v begins
    float *wte;        // [vocab_size][d_model]
    size_t vocab_size; // the rows that are kept, the first ones of the file
    size_t n_in_file;  // the rows that the file has
    size_t d_model;
};

static const char *word_of(const struct table *table, size_t v)
{
    return table->letters + table->starts[v];
}
// end of what was carried over

// What whoever started the program has chosen, and what all sections look at.
struct lab {
    struct table table;
    uint64_t seed;
    size_t n_states, n_turns, every, n_draws;
    double passes, factor, noise;
};

enum { N_FAMILIES = 6, MAX_PAIRS = 128, MOST_ROWS = 100000, WIDEST = 512 };

/*
## Sizes
*/

struct size {
    const char *name;
    uint64_t d_model, n_layers, max_seq_len;
};

enum { GPT_WORDS = 50257, N_SIZES = 5 };

static const struct size sizes[N_SIZES] = {{"small", 768, 12, 1024},
                                           {"medium", 1024, 24, 1024},
                                           {"large", 1280, 36, 1024},
                                           {"XL", 1600, 48, 1024},
                                           {"GPT-3", 12288, 96, 2048}};

// chapter 5: 12 d^2 + 13 d numbers a block, two tables, and the norm at the end
static uint64_t count_gpt(const struct size *s)
{
    const uint64_t d = s->d_model;
    return s->n_layers * (12 * d * d + 13 * d) + (GPT_WORDS + s->max_seq_len) * d + 2 * d;
}

static void show_sizes(void)
{
    heading("What a table weighs");
    uint64_t bytes = 0, flops = 0;
    char text[32], width[32];
    printf("%13s%14s%8s%7s\n", "d", "table, bytes", "model %", "head %");
    for (size_t k = 0; k < N_SIZES; k++) {
        const struct size *s = &sizes[k];
        const double d = (double)s->d_model,
                     body = 2.0 * (double)s->n_layers * 12.0 * d * d;
        if (!table_cost(&bytes, &flops, 1, GPT_WORDS, s->d_model, 32)) {
            waits_for("10.1", "table_cost");
            return;
        }
        printf("%-6s%7s%14s%8.2f%7.2f\n", s->name, with_commas(width, s->d_model),
               with_commas(text, bytes), 100.0 * GPT_WORDS * d / (double)count_gpt(s),
               100.0 * (double)flops / ((double)flops + body));
    }
    printf("GPT-3's head: %s FLOPs a token\n", with_commas(text, flops));
    if (table_cost(&bytes, &flops, 1, GPT_WORDS, sizes[N_SIZES - 1].d_model, 8))
        printf("its table with 8 bits: %s MB\n", with_commas(text, bytes / 1000000));
}

/*
## The circle
*/

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static void draw_map(uint32_t *next, size_t n_words, uint64_t *rng)
{
    for (size_t v = 0; v < n_words; v++)
        next[v] = (uint32_t)(next_uniform(rng) * (double)n_words);
}

// a share in percent, never rounded up to 100
static double percent(size_t part, size_t whole)
{
    const double share = floor(1000.0 * (double)part / (double)whole) / 10.0;
    return whole > 0 ? share : 0.0;
}

// of `n_asked` words, spread over all: for how many is the word that follows the only best?
static size_t count_right(const float *wte, const float *lm_head, const uint32_t *next,
                          size_t n_asked, size_t n_words, size_t d)
{
    size_t n_right = 0;
    for (size_t k = 0; k < n_asked; k++) {
        const size_t v = k * n_words / n_asked;
        const double wanted = dot(wte + v * d, lm_head + next[v] * d, d);
        bool wins = true;
        for (size_t w = 0; w < n_words && wins; w++)
            wins = w == next[v] || dot(wte + v * d, lm_head + w * d, d) < wanted;
        n_right += wins;
    }
    return n_right;
}

// what all other words of a circle together get, where the right one gets 1
static double others(double loudness, size_t n_words)
{
    const double step = 2.0 * acos(-1.0) / (double)n_words;
    double sum = 0.0;
    for (size_t w = 1; w < n_words; w++)
        sum += exp(loudness * (cos(step * (double)w) - 1.0));
    return sum;
}

// the smallest whole factor that gives the right word of a circle 9 parts in 10
static double circle_loudness(size_t n_words)
{
    double low = 0.0, high = 1.0;
    while (others(high, n_words) > 1.0 / 9.0) {
        low = high;
        high *= 2.0;
    }
    while (high - low > 1.0) {
        const double middle = floor((low + high) / 2.0);
        *(others(middle, n_words) > 1.0 / 9.0 ? &low : &high) = middle;
    }
    return high;
}

enum { N_CIRCLES = 4, N_ASKED = 200 };

static void show_circles(uint64_t seed)
{
    static const size_t circles[N_CIRCLES] = {8, 50, 10000, GPT_WORDS};
    heading("Two numbers are enough");
    printf("%6s%9s%10s%17s\n", "words", "right, %", "margin", "loud for 9 in 10");
    for (size_t k = 0; k < N_CIRCLES; k++) {
        const size_t n = circles[k], n_asked = n < N_ASKED ? n : N_ASKED;
        uint32_t *next = allocate(n, sizeof *next);
        float *wte = allocate(2 * n, sizeof *wte),
              *lm_head = allocate(2 * n, sizeof *wte);
        uint64_t rng = seed;
        char text[32], words[32];
        draw_map(next, n, &rng);
        if (circle_model(wte, lm_head, next, n))
            printf("%6s%9.1f%10.3g%17s\n", with_commas(words, n),
                   percent(count_right(wte, lm_head, next, n_asked, n, 2), n_asked),
                   1.0 - cos(2.0 * acos(-1.0) / (double)n),
                   with_commas(text, (uint64_t)circle_loudness(n)));
        else if (k == 0)
            waits_for("10.2", "circle_model");
        free(next);
        free(wte);
        free(lm_head);
    }
}

/*
## Who can win

The search for a hidden state that makes word $v$ win begins with $h = u_v - \bar u$, where
$\bar u$ is the mean row. As long as another word is ahead or level, the one that is most ahead,
$w$, pushes $h$ away: $h \leftarrow h + (u_v - u_w) / |u_v - u_w|$. That is the perceptron
[@rosenblatt1958]. If there is such an $h$ it finds one in the end; if there is none it goes on
for ever, so it is stopped.
*/

// An output table, by rows and by columns: what one number of h gives to all words lies side
// by side.
struct head {
    size_t n_words, d;
    const float *rows; // [n_words][d]
    float *columns;    // [d][n_words]
    double *room;      // [n_words]
};

static struct head open_head(const float *rows, size_t n_words, size_t d)
{
    struct head head = {.n_words = n_words, .d = d, .rows = rows};
    head.columns = allocate(n_words * d, sizeof *head.columns);
    head.room = allocate(n_words, sizeof *head.room);
    for (size_t v = 0; v < n_words; v++)
        for (size_t i = 0; i < d; i++)
            head.columns[i * n_words + v] = rows[v * d + i];
    return head;
}

static void close_head(struct head *head)
{
    free(head->columns);
    free(head->room);
}

// h . (rows[v] - rows[w]) for the w that has the most against v, which is returned
static size_t find_rival(double *lead, const double *h, const struct head *head, size_t v)
{
    double *restrict leads = head->room;
    size_t rival = v;
    memset(leads, 0, head->n_words * sizeof *leads);
    for (size_t i = 0; i < head->d; i++) {
        const float *column = head->columns + i * head->n_words;
        for (size_t w = 0; w < head->n_words; w++)
            leads[w] += h[i] * ((double)column[v] - (double)column[w]);
    }
    *lead = INFINITY;
    for (size_t w = 0; w < head->n_words; w++)
        if (w != v && leads[w] < *lead) {
            *lead = leads[w];
            rival = w;
        }
    return rival;
}

// true: h was found, and gives word v a greater logit than any other
static bool find_state(double *h, const struct head *head, size_t v, size_t n_rounds)
{
    const size_t n_words = head->n_words, d = head->d;
    const float *row = head->rows + v * d;
    memset(h, 0, d * sizeof *h);
    for (size_t w = 0; w < n_words; w++)
        for (size_t i = 0; i < d; i++)
            h[i] += ((double)row[i] - (double)head->rows[w * d + i]) / (double)n_words;
    for (size_t round = 0; round < n_rounds; round++) {
        double lead, square = 0.0;
        const float *other = head->rows + find_rival(&lead, h, head, v) * d;
        if (lead > 0.0 && lead < INFINITY) // a head that ran away: no lead at all
            return true;
        for (size_t i = 0; i < d; i++)
            square +=
                ((double)row[i] - (double)other[i]) * ((double)row[i] - (double)other[i]);
        for (size_t i = 0; i < d && square > 0.0; i++)
            h[i] += ((double)row[i] - (double)other[i]) / sqrt(square);
    }
    return false;
}

// found[v]: some hidden state makes word v win; asked of every so-manieth word
static void find_states(bool *found, const float *rows, size_t n_words, size_t d,
                        size_t n_rounds, size_t every)
{
    struct head head = open_head(rows, n_words, d);
    double *h = allocate(d, sizeof *h);
    for (size_t v = 0; v < n_words; v += every)
        found[v] = find_state(h, &head, v, n_rounds);
    free(h);
    close_head(&head);
}

// the word that wins for h
static size_t find_winner(const struct head *head, const float *h)
{
    double *restrict logits = head->room;
    size_t best = 0;
    memset(logits, 0, head->n_words * sizeof *logits);
    for (size_t i = 0; i < head->d; i++)
        for (size_t v = 0; v < head->n_words; v++)
            logits[v] += (double)h[i] * (double)head->columns[i * head->n_words + v];
    for (size_t v = 1; v < head->n_words; v++)
        best = logits[v] > logits[best] ? v : best;
    return best;
}

// words that win for one of n_tries hidden states of dice
static size_t count_by_dice(const float *rows, size_t n_words, size_t d, size_t n_tries,
                            uint64_t *rng)
{
    struct head head = open_head(rows, n_words, d);
    bool *won = allocate(n_words, sizeof *won);
    float *h = allocate(d, sizeof *h);
    size_t n = 0;
    for (size_t k = 0; k < n_tries; k++) {
        fill_normal(h, d, 1.0f, rng);
        const size_t best = find_winner(&head, h);
        n += !won[best];
        won[best] = true;
    }
    free(won);
    free(h);
    close_head(&head);
    return n;
}

// whole 1/1024ths, so that no product of two differences is rounded
static void fill_rounded(float *out, size_t n, uint64_t *rng)
{
    fill_normal(out, n, 1.0f, rng);
    for (size_t k = 0; k < n; k++)
        out[k] = floorf(1024.0f * out[k]) / 1024.0f;
}

// by your function; n_words + 1: it is not written
static size_t count_reachable(const float *lm_head, size_t n_words, size_t d)
{
    uint32_t *reachable = allocate(n_words, sizeof *reachable);
    size_t n = n_words + 1;
    if (reachable_words(reachable, lm_head, n_words, d)) {
        n = 0;
        for (size_t v = 0; v < n_words; v++)
            n += reachable[v] == 1;
    }
    free(reachable);
    return n;
}

enum { N_FEW = 50, N_HEADS = 4, N_TABLES = 8, SEARCH_ROUNDS = 2000 };

struct span {
    size_t least, most;
};

static void widen(struct span *span, size_t n, bool is_first)
{
    if (is_first || n < span->least)
        span->least = n;
    if (is_first || n > span->most)
        span->most = n;
}

static void print_span(const struct span *span)
{
    char text[64];
    snprintf(text, sizeof text, span->least < span->most ? "%zu to %zu" : "%zu",
             span->least, span->most);
    printf("%12s", text);
}

static void show_winners_of(size_t d, size_t n_states, uint64_t *rng)
{
    struct span exact = {0}, found = {0}, thrown = {0};
    for (size_t draw = 0; draw < N_TABLES; draw++) {
        float lm_head[N_FEW * 16];
        bool won[N_FEW];
        size_t n_won = 0;
        fill_rounded(lm_head, N_FEW * d, rng);
        find_states(won, lm_head, N_FEW, d, SEARCH_ROUNDS, 1);
        for (size_t v = 0; v < N_FEW; v++)
            n_won += won[v];
        widen(&found, n_won, draw == 0);
        widen(&thrown, count_by_dice(lm_head, N_FEW, d, n_states, rng), draw == 0);
        if (d <= 2)
            widen(&exact, count_reachable(lm_head, N_FEW, d), draw == 0);
    }
    printf("%4zu", d);
    if (d <= 2 && exact.most <= N_FEW)
        print_span(&exact);
    else
        printf("%12s", d <= 2 ? "?" : "");
    print_span(&found);
    print_span(&thrown);
    printf("\n");
    if (d == 2 && exact.most > N_FEW)
        waits_for("10.3", "reachable_words");
}

static void show_winners(uint64_t seed, size_t n_states)
{
    static const size_t few[N_HEADS] = {1, 2, 8, 16};
    uint64_t rng = seed;
    heading("Who can ever win");
    printf("%4s%12s%12s%12s\n", "d", "exactly", "searched", "by dice");
    for (size_t k = 0; k < N_HEADS; k++)
        show_winners_of(few[k], n_states, &rng);
}

/*
## Reading the novel
*/

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

// a text whose training part has words enough for everything that follows
static struct corpus open_novel(const char *path)
{
    struct corpus novel = read_corpus(path);
    size_t n_other_letters;
    char cell[32];
    bool is_cut = cut_frame(&novel.text);
    bool is_mended = mend_apostrophes(&novel.text, &n_other_letters) > 0;
    if (is_cut)
        printf("%s: read is what stands between its lines *** START and *** END\n", path);
    if (n_other_letters > 0)
        printf("%s: %s letters are not a to z; they are dropped, and part their words\n",
               path, with_commas(cell, n_other_letters));
    if (is_cut || is_mended)
        renumber(&novel, path);
    if (novel.vocab_size < LEAST_DIFFERENT)
        give_up(
            1, "%s has too few different words in the part to train on: %d are the least",
            path, LEAST_DIFFERENT);
    return novel;
}
// end of what was carried over

/*
## The fast products

One small function does all the products of this chapter, with 32 hidden states side by side
(chapters 1 and 3 have the story of it).
*/

// carried over from chapter 5
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
// end of what was carried over

/*
## Models of any width

Rows are stored with a multiple of 32 numbers; those behind the first $d$ are 0 in both tables,
and so they stay, for the slope of each is a multiple of the other.
*/

struct model {
    size_t d, width;      // numbers that count, and numbers that are stored
    float *wte, *lm_head; // [VOCAB_SIZE][width]
};

struct work {
    float *x, *h_t, *dh_t; // [BATCH][width], [width][BATCH], [width][BATCH]
    float *probs;          // [VOCAB_SIZE][BATCH] logits, probabilities, then slopes
};

static struct model open_model(size_t d, uint64_t seed)
{
    struct model m = {.d = d, .width = (d + BATCH - 1) / BATCH * BATCH};
    uint64_t rng = seed;
    m.wte = allocate(VOCAB_SIZE * m.width, sizeof(float));
    m.lm_head = allocate(VOCAB_SIZE * m.width, sizeof(float));
    for (size_t v = 0; v < VOCAB_SIZE; v++) {
        fill_normal(m.wte + v * m.width, d, 0.1f, &rng);
        fill_normal(m.lm_head + v * m.width, d, 0.1f, &rng);
    }
    return m;
}

static void close_model(struct model *m)
{
    free(m->wte);
    free(m->lm_head);
}

static struct work open_work(size_t width)
{
    struct work w;
    w.x = allocate(BATCH * width, sizeof(float));
    w.h_t = allocate(BATCH * width, sizeof(float));
    w.dh_t = allocate(BATCH * width, sizeof(float));
    w.probs = allocate(VOCAB_SIZE * BATCH, sizeof(float));
    return w;
}

static void close_work(struct work *w)
{
    free(w->x);
    free(w->h_t);
    free(w->dh_t);
    free(w->probs);
}

// the scores of all words after each of 32 words
static void score_batch(struct work *w, const struct model *m, const uint32_t *ids)
{
    for (size_t t = 0; t < BATCH; t++)
        memcpy(w->x + t * m->width, m->wte + ids[t] * m->width, m->width * sizeof(float));
    for (size_t i = 0; i < m->d; i++)
        for (size_t t = 0; t < BATCH; t++)
            w->h_t[i * BATCH + t] = w->x[t * m->width + i];
    product(w->probs, m->lm_head, m->width, 1, w->h_t, VOCAB_SIZE, m->d);
}

// the mean loss of 32 words; leaves the probabilities of all words after each
static double forward(struct work *w, const struct model *m, const uint32_t *ids,
                      const uint32_t *targets)
{
    double loss = 0.0;
    score_batch(w, m, ids);
    softmax_columns(w->probs, VOCAB_SIZE);
    for (size_t t = 0; t < BATCH; t++)
        loss -= log((double)w->probs[targets[t] * BATCH + t]);
    return loss / BATCH;
}

// lm_head[v] -= rate * sum over t of dlogits[v][t] x[t]
static void step_head(struct model *m, const struct work *w, float rate)
{
    float block[BATCH * BATCH], out[8 * BATCH];
    for (size_t first = 0; first < m->width; first += BATCH) {
        for (size_t t = 0; t < BATCH; t++)
            memcpy(block + t * BATCH, w->x + t * m->width + first, BATCH * sizeof(float));
        for (size_t v = 0; v < VOCAB_SIZE; v += 8) {
            product(out, w->probs + v * BATCH, BATCH, 1, block, 8, BATCH);
            for (size_t r = 0; r < 8; r++) {
                float *row = m->lm_head + (v + r) * m->width + first;
                for (size_t c = 0; c < BATCH; c++)
                    row[c] -= rate * out[r * BATCH + c];
            }
        }
    }
}

static void train_step(struct model *m, struct work *w, const uint32_t *ids,
                       const uint32_t *targets, float rate)
{
    (void)forward(w, m, ids, targets);
    for (size_t t = 0; t < BATCH; t++)
        w->probs[targets[t] * BATCH + t] -= 1.0f;
    for (size_t k = 0; k < VOCAB_SIZE * BATCH; k++)
        w->probs[k] *= 1.0f / BATCH;
    product(w->dh_t, m->lm_head, 1, m->width, w->probs, (m->d + 7) / 8 * 8, VOCAB_SIZE);
    step_head(m, w, rate);
    for (size_t t = 0; t < BATCH; t++)
        for (size_t i = 0; i < m->d; i++)
            m->wte[ids[t] * m->width + i] -= rate * w->dh_t[i * BATCH + t];
}

static double held_out(const struct model *m, struct work *w, const struct corpus *novel)
{
    double loss = 0.0;
    size_t n = 0;
    for (size_t at = novel->n_train; at + BATCH < novel->n_ids; at += BATCH, n++)
        loss += forward(w, m, novel->ids + at, novel->ids + at + 1);
    return loss / (double)n;
}

// carried over from chapter 5
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
// end of what was carried over

static void show_live(size_t d, size_t step, size_t n_steps)
{
    if (getenv("LIVE") == NULL || step % 128 != 0)
        return;
    fprintf(stderr, "\rd = %zu: %3zu %% read ", d, 100 * step / n_steps);
    fflush(stderr);
}

// reads `passes` of the novel, and returns the loss on what was held out
static double train(struct model *m, const struct corpus *novel, double passes,
                    double rate, uint64_t seed)
{
    const size_t n_batches = (novel->n_train - 1) / BATCH;
    const size_t n_steps = (size_t)ceil(passes * (double)n_batches);
    size_t *order = allocate(n_batches, sizeof *order);
    uint32_t ids[BATCH], targets[BATCH];
    uint64_t rng = 6 + seed;
    struct work w = open_work(m->width);
    for (size_t step = 0; step < n_steps; step++) {
        if (step % n_batches == 0)
            shuffle(order, n_batches, &rng);
        read_batch(ids, targets, novel, order[step % n_batches]);
        const double left = (double)(n_steps - step) / (double)n_steps;
        train_step(m, &w, ids, targets, (float)(rate * left));
        show_live(m->d, step, n_steps);
    }
    if (getenv("LIVE") != NULL)
        fprintf(stderr, "\r%40s\r", "");
    const double loss = held_out(m, &w, novel);
    close_work(&w);
    free(order);
    return loss;
}

/*
## Widths
*/

enum { N_WIDTHS = 9, N_SHOWN_WIDTHS = 7, N_SEEDS = 8 };

// each width has the best rate of a grid that goes past it on both sides (controls=1)
static const struct {
    size_t d;
    double rate;
} widths[N_WIDTHS] = {{1, 6},  {2, 6},  {4, 8},   {8, 8},  {16, 8},
                      {32, 8}, {64, 8}, {128, 8}, {256, 8}};

static double unigram_entropy(const struct corpus *novel)
{
    double sum = 0.0;
    for (size_t v = 0; v < VOCAB_SIZE; v++) {
        const double p = (double)novel->words[v].count / (double)novel->n_train;
        sum -= p > 0.0 ? p * log(p) : 0.0;
    }
    return sum;
}

// how many different words the model guesses, over all words that it may read
static size_t count_guesses(const struct model *m)
{
    struct work w = open_work(m->width);
    bool *guessed = allocate(VOCAB_SIZE, sizeof *guessed);
    size_t n = 0;
    for (uint32_t first = 0; first < VOCAB_SIZE; first += BATCH) {
        uint32_t ids[BATCH];
        for (uint32_t t = 0; t < BATCH; t++)
            ids[t] = first + t < VOCAB_SIZE ? first + t : VOCAB_SIZE - 1;
        score_batch(&w, m, ids);
        for (size_t t = 0; t < BATCH; t++) {
            size_t best = 0;
            for (size_t v = 1; v < VOCAB_SIZE; v++)
                if (w.probs[v * BATCH + t] > w.probs[best * BATCH + t])
                    best = v;
            n += !guessed[best];
            guessed[best] = true;
        }
    }
    free(guessed);
    close_work(&w);
    return n;
}

// the output table without the numbers that only fill up a row
static float *narrow_head(const struct model *m)
{
    float *head = allocate(VOCAB_SIZE * m->d, sizeof *head);
    for (size_t v = 0; v < VOCAB_SIZE; v++)
        memcpy(head + v * m->d, m->lm_head + v * m->width, m->d * sizeof *head);
    return head;
}

enum { EVERY_WORD = 10, MOST_SEARCHED = 32 };

// unit[v] = rows[v] / |rows[v]| for n_rows rows of d numbers; a row of zeros stays one
static float *unit_rows(const float *rows, size_t n_rows, size_t d)
{
    float *unit = allocate((n_rows + 7) / 8 * 8 * d, sizeof *unit);
    for (size_t v = 0; v < n_rows; v++) {
        const double length = sqrt(dot(rows + v * d, rows + v * d, d));
        for (size_t i = 0; i < d; i++)
            unit[v * d + i] =
                length > 0.0 ? (float)((double)rows[v * d + i] / length) : 0.0f;
    }
    return unit;
}

// of every tenth word from `first` on, those for which the search found a hidden state
static double share_found(const bool *found, size_t first, size_t end)
{
    size_t n = 0, n_asked = 0;
    for (size_t v = first; v < end; v += EVERY_WORD, n_asked++)
        n += found[v];
    return percent(n, n_asked);
}

// the share of all words of a head of 1 or 2 numbers, by your function; below 0: not written
static double share_reachable(const float *head, size_t d)
{
    const size_t n = count_reachable(head, VOCAB_SIZE, d);
    return n > VOCAB_SIZE ? -1.0 : percent(n, VOCAB_SIZE);
}

enum { N_SHARES = 5 };

static const char *const share_names[N_SHARES] = {"can, %", "dice", "often", "rare",
                                                  "alike"};
static const int share_widths[N_SHARES] = {7, 6, 6, 6, 6};

// The shares of words that some hidden state makes win: of the model's head, of one thrown by
// dice, of the commonest and of the rarest quarter, and of the head with all rows stretched to
// one length. Up to 2 numbers by your function, up to 32 by the search of every tenth word;
// what is not asked is NAN.
static void find_winners(double share[N_SHARES], const struct model *m,
                         const struct lab *lab)
{
    float *head = narrow_head(m), *dice = allocate(VOCAB_SIZE * m->d, sizeof *dice);
    const size_t d = m->d, turns = lab->n_turns;
    uint64_t rng = lab->seed;
    fill_rounded(dice, VOCAB_SIZE * d, &rng);
    for (size_t k = 0; k < N_SHARES; k++)
        share[k] = (double)NAN;
    if (d <= 2) {
        share[0] = share_reachable(head, d);
        share[1] = share_reachable(dice, d);
    } else if (d <= MOST_SEARCHED) {
        float *unit = unit_rows(head, VOCAB_SIZE, d);
        bool own[VOCAB_SIZE], thrown[VOCAB_SIZE], even[VOCAB_SIZE];
        find_states(own, head, VOCAB_SIZE, d, turns, EVERY_WORD);
        find_states(thrown, dice, VOCAB_SIZE, d, turns, EVERY_WORD);
        find_states(even, unit, VOCAB_SIZE, d, turns, EVERY_WORD);
        share[0] = share_found(own, 0, VOCAB_SIZE);
        share[1] = share_found(thrown, 0, VOCAB_SIZE);
        share[2] = share_found(own, 0, VOCAB_SIZE / 4);
        share[3] = share_found(own, 3 * VOCAB_SIZE / 4, VOCAB_SIZE);
        share[4] = share_found(even, 0, VOCAB_SIZE);
        free(unit);
    }
    free(head);
    free(dice);
}

static void show_width(struct model *m, const struct corpus *novel, size_t k,
                       const struct lab *lab, FILE *figure)
{
    const size_t d = widths[k].d;
    const double rate = lab->factor * widths[k].rate;
    char text[32];
    *m = open_model(d, lab->seed);
    const double loss = train(m, novel, lab->passes, rate, lab->seed);
    char said[32] = "ran away";
    if (isfinite(loss))
        snprintf(said, sizeof said, "%.3f", loss);
    printf("%5zu%10s%6.3g%10s\n", d, with_commas(text, 2 * VOCAB_SIZE * (uint64_t)d),
           rate, said);
    if (figure)
        fprintf(figure, "%zu\t%.3f\t%.3f\n", d, loss, unigram_entropy(novel));
}

static void show_novel(struct model models[N_SHOWN_WIDTHS], const struct corpus *novel,
                       const struct lab *lab)
{
    FILE *figure = open_figure("dimension-novel");
    if (figure)
        fprintf(figure, "# kind: lines\n# title: The novel, width by width\n"
                        "# x: numbers in a row\n# y: held-out loss (nats a word)\n"
                        "# xscale: log\nx\tthe model\tfrequencies alone\n");
    heading("The novel, width by width");
    printf("%5s%10s%6s%10s\n", "d", "numbers", "rate", "held out");
    for (size_t k = 0; k < N_SHOWN_WIDTHS; k++)
        show_width(&models[k], novel, k, lab, figure);
    char words[32];
    printf("%s words; frequencies alone: %.3f\n",
           with_commas(words, (uint64_t)(lab->passes * (double)novel->n_train)),
           unigram_entropy(novel));
    if (figure)
        fclose(figure);
}

// a line for each model, a column for each question
static void show_sayable(const struct model models[N_SHOWN_WIDTHS], const struct lab *lab)
{
    bool written = true;
    heading("Which of the novel's words can win");
    printf("%11s", "said");
    for (size_t s = 0; s < N_SHARES; s++)
        printf("%*s", share_widths[s], share_names[s]);
    for (size_t k = 0; k < N_SHOWN_WIDTHS; k++) {
        double shares[N_SHARES];
        printf("\nd = %-2zu%5zu", models[k].d, count_guesses(&models[k]));
        find_winners(shares, &models[k], lab);
        for (size_t s = 0; s < N_SHARES && !isnan(shares[s]); s++)
            if (shares[s] < 0.0)
                printf("%*s", share_widths[s], "?");
            else
                printf("%*.1f", share_widths[s], shares[s]);
        written = written && !(shares[0] < 0.0);
    }
    printf("\n");
    if (!written)
        waits_for("10.3", "reachable_words");
}

// controls=2: nine widths from eight seeds
static void show_seeds(const struct corpus *novel, const struct lab *lab)
{
    heading("Widths and seeds");
    printf("%5s%8s%9s%9s%9s\n", "d", "rate", "mean", "least", "most");
    for (size_t k = 0; k < N_WIDTHS; k++) {
        const double rate = lab->factor * widths[k].rate;
        double sum = 0.0, least = INFINITY, most = -INFINITY;
        for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
            struct model m = open_model(widths[k].d, seed);
            const double loss = train(&m, novel, lab->passes, rate, seed);
            sum += loss;
            least = loss < least ? loss : least;
            most = loss > most ? loss : most;
            close_model(&m);
        }
        printf("%5zu%8.3g%9.3f%9.3f%9.3f\n", widths[k].d, rate, sum / N_SEEDS, least,
               most);
        fflush(stdout);
    }
}

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

// controls=1: seven rates around the one that is used
static void show_rates(const struct corpus *novel, const struct lab *lab)
{
    static const double factors[7] = {0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8};
    heading("Widths and rates");
    for (size_t k = 0; k < N_WIDTHS; k++) {
        size_t column = 0;
        char part[64];
        snprintf(part, sizeof part, "d = %zu:", widths[k].d);
        put_part(&column, part);
        for (size_t f = 0; f < 7; f++) {
            const double rate = lab->factor * widths[k].rate * factors[f];
            struct model m = open_model(widths[k].d, lab->seed);
            snprintf(part, sizeof part, "%.3f at %.3g%s",
                     train(&m, novel, lab->passes, rate, lab->seed), rate,
                     f < 6 ? "," : "");
            put_part(&column, part);
            fflush(stdout);
            close_model(&m);
        }
        printf("\n");
    }
}

/*
## Rank
*/

enum { N_CONTEXTS = 100, N_COLUMNS = 200 };

static const double RANK_TOLERANCE = 1e-5;

// false: exercise 10.4 is not written
static bool find_rank(uint32_t *rank, const float *a)
{
    double *room = allocate(N_CONTEXTS * N_COLUMNS, sizeof *room);
    const bool written =
        matrix_rank(rank, room, a, RANK_TOLERANCE, N_CONTEXTS, N_COLUMNS);
    free(room);
    return written;
}

// the scores of a model that ran away have no rank
static void print_rank(const float *a)
{
    uint32_t rank = 0;
    bool finite = true;
    for (size_t k = 0; k < N_CONTEXTS * N_COLUMNS; k++)
        finite = finite && isfinite(a[k]);
    if (finite && find_rank(&rank, a))
        printf("%4d", (int)rank);
    else
        printf("%4s", "no");
}

// after each of the first words: the logits, or the logarithms of the probabilities
static void fill_scores(float *out, const struct model *m, bool as_logarithms)
{
    for (size_t t = 0; t < N_CONTEXTS; t++) {
        double logits[VOCAB_SIZE], sum = 0.0;
        for (size_t v = 0; v < VOCAB_SIZE; v++) {
            logits[v] = dot(m->wte + t * m->width, m->lm_head + v * m->width, m->d);
            sum += exp(logits[v]);
        }
        for (size_t v = 0; v < N_COLUMNS; v++)
            out[t * N_COLUMNS + v] =
                (float)(logits[v] - (as_logarithms ? log(sum) : 0.0));
    }
}

// ln(1 + how often word v came after word t)
static void fill_counts(float *out, const struct corpus *novel)
{
    memset(out, 0, N_CONTEXTS * N_COLUMNS * sizeof *out);
    for (size_t p = 0; p + 1 < novel->n_train; p++)
        if (novel->ids[p] < N_CONTEXTS && novel->ids[p + 1] < N_COLUMNS)
            out[novel->ids[p] * N_COLUMNS + novel->ids[p + 1]] += 1.0f;
    for (size_t k = 0; k < N_CONTEXTS * N_COLUMNS; k++)
        out[k] = (float)log(1.0 + (double)out[k]);
}

static void show_ranks(const struct model models[N_SHOWN_WIDTHS],
                       const struct corpus *novel)
{
    float *scores = allocate(N_CONTEXTS * N_COLUMNS, sizeof *scores);
    uint32_t of_counts = 0;
    heading("How many rows the logits really have");
    fill_counts(scores, novel);
    if (!find_rank(&of_counts, scores)) {
        waits_for("10.4", "matrix_rank");
        free(scores);
        return;
    }
    printf("%-14s", "d");
    for (size_t k = 0; k < N_SHOWN_WIDTHS; k++)
        printf("%4zu", models[k].d);
    for (int kind = 0; kind < 2; kind++) {
        printf("\n%-14s", kind == 0 ? "rank of logits" : "of ln(probs)");
        for (size_t k = 0; k < N_SHOWN_WIDTHS; k++) {
            fill_scores(scores, &models[k], kind == 1);
            print_rank(scores);
        }
    }
    printf("\nof ln(1 + counts of the novel): %d\n", (int)of_counts);
    free(scores);
}

/*
## Reading a table
*/

// carried over from chapter 7
enum { BLOCK = 65536, MAX_WORD = 1000, MAX_WIDTH = 100000, LEAST_ROWS = 100 };
enum { MAX_LINE = MAX_WORD + 64 * MAX_WIDTH };

struct reader {
    FILE *file;      // NULL: all that there is stands in the block
    uint8_t *block;  // [BLOCK] or, without a file, [end]
    size_t at, end;  // what is left of the block: block[at] .. block[end - 1]
    uint64_t passed; // bytes of the file before block[at]
    char *line;      // the last line of text
    size_t length, room;
    char why[200]; // what is wrong, as it goes on behind the file's name; or empty
};

// always false; what was wrong first is what counts
static bool fail(struct reader *r, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (!r->why[0])
        vsnprintf(r->why, sizeof r->why, format, values);
    va_end(values);
    return false;
}

// false: the file is at its end, or cannot be read
static bool refill(struct reader *r)
{
    const size_t left = r->end - r->at;
    if (!r->file)
        return false;
    memmove(r->block, r->block + r->at, left);
    r->at = 0;
    r->end = left + fread(r->block + left, 1, BLOCK - left, r->file);
    if (ferror(r->file))
        return fail(r, " cannot be read: is it a folder?");
    return r->end > left;
}

// the next byte; -1 at the end
static int next_byte(struct reader *r)
{
    if ((r->at == r->end && !refill(r)) || r->why[0])
        return -1;
    if (++r->passed > UINT32_MAX) {
        fail(r, " is larger than 4 GB");
        return -1;
    }
    return r->block[r->at++];
}

static void add_to_line(struct reader *r, char c)
{
    if (r->length + 1 >= r->room) {
        const size_t room = r->room ? 2 * r->room : 4096;
        char *line = realloc(r->line, room);
        if (!line)
            give_up(1, "there is no room for a line of %zu bytes", room);
        r->line = line;
        r->room = room;
    }
    r->line[r->length++] = c;
    r->line[r->length] = '\0';
}

// A line of text without its end, or false: at the end of the file, or if it is none. row:
// for messages.
static bool next_line(struct reader *r, size_t row)
{
    int c = next_byte(r);
    if (c < 0)
        return false;
    r->length = 0;
    for (; c >= 0 && c != '\n'; c = next_byte(r)) {
        if (c == 0 || r->length > MAX_LINE)
            return fail(r, " is no table of words: line %zu %s", row,
                        c ? "does not end" : "holds a byte of value 0");
        add_to_line(r, (char)c);
    }
    while (r->length > 0 && strchr(" \t\r", r->line[r->length - 1]))
        r->line[--r->length] = '\0';
    if (r->length == 0)
        add_to_line(r, '\0'), r->length = 0;
    return !r->why[0];
}

// true, and nothing is taken: the file is at its end
static bool at_end(struct reader *r)
{
    return r->at == r->end && !refill(r);
}

// twice the room for things of `size` bytes
static void *grown(void *old, size_t *room, size_t size)
{
    const size_t n = *room ? 2 * *room : 256;
    void *larger = n <= SIZE_MAX / 2 / size ? realloc(old, n * size) : NULL;
    if (!larger)
        give_up(1, "there is no room for %zu rows or letters of the table", n);
    *room = n;
    return larger;
}

struct growing {
    struct table table;
    size_t n_letters, room_letters, room_rows, room_starts, most_rows;
    float *row; // [d_model] the row that is being read
};

// the row that was read becomes the last row of the table, if it is one of the first
static void add_row(struct growing *g, const char *word, size_t length)
{
    struct table *t = &g->table;
    if (t->n_in_file++ >= g->most_rows)
        return;
    while (g->room_letters - g->n_letters < length + 1)
        t->letters = grown(t->letters, &g->room_letters, 1);
    if (t->vocab_size == g->room_rows) {
        t->starts = grown(t->starts, &g->room_starts, sizeof *t->starts);
        t->wte = grown(t->wte, &g->room_rows, t->d_model * sizeof *t->wte);
    }
    memcpy(t->letters + g->n_letters, word, length);
    t->letters[g->n_letters + length] = '\0';
    memcpy(t->wte + t->vocab_size * t->d_model, g->row, t->d_model * sizeof *g->row);
    t->starts[t->vocab_size++] = g->n_letters;
    g->n_letters += length + 1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

// how many fields a line has
static size_t count_fields(const char *line)
{
    size_t n = 0;
    for (const char *c = line; *c; c++)
        n += !is_space(*c) && (c == line || is_space(c[-1]));
    return n;
}

static const char *skip_field(const char *c)
{
    while (*c && !is_space(*c))
        c++;
    while (is_space(*c))
        c++;
    return c;
}

// true: all of the field that begins here is one number
static bool read_number(const char *field, float *value)
{
    char *end;
    *value = strtof(field, &end);
    return end != field && (*end == '\0' || is_space(*end));
}

// Where the numbers of a line begin: its last d_model fields. The word before them may have
// spaces, as a few in GloVe's largest files do. NULL: it has other numbers than the first.
static const char *numbers_in_line(struct reader *r, size_t row, size_t d_model)
{
    const size_t n_fields = count_fields(r->line);
    const char *numbers = skip_field(r->line);
    float number;
    if (n_fields < d_model + 1 ||
        (n_fields > d_model + 1 && read_number(numbers, &number))) {
        fail(r, ": line %zu has %zu numbers, and the first row %zu", row,
             n_fields > 0 ? n_fields - 1 : 0, d_model);
        return NULL;
    }
    for (size_t k = d_model + 1; k < n_fields; k++)
        numbers = skip_field(numbers);
    return numbers;
}

static bool read_text_row(struct growing *g, struct reader *r, size_t row)
{
    const char *field = numbers_in_line(r, row, g->table.d_model);
    size_t length = field ? (size_t)(field - r->line) : 0;
    while (length > 0 && is_space(r->line[length - 1]))
        length--;
    if (length == 0 || length > MAX_WORD)
        return fail(r, ": the word of line %zu has %zu bytes", row, length);
    for (size_t i = 0; i < g->table.d_model; i++) {
        if (!read_number(field, &g->row[i]) || !isfinite(g->row[i]))
            return fail(r, ": number %zu of line %zu is none, or not finite", i + 1, row);
        field = skip_field(field);
    }
    add_row(g, r->line, length);
    return true;
}

// all lines that are left, the current one included; `row` is its number
static bool read_text_rows(struct growing *g, struct reader *r, size_t row)
{
    do {
        if (r->length == 0 && at_end(r))
            break;
        if (!read_text_row(g, r, row++))
            break;
    } while (next_line(r, row));
    return !r->why[0];
}

// a word of the binary layout and the space behind it; returns its length, 0: there is none
static size_t read_word(struct reader *r, char *word, size_t row)
{
    size_t length = 0;
    int c = next_byte(r);
    if (c == '\n')
        c = next_byte(r);
    for (; c > 0 && c != ' ' && c != '\n' && length < MAX_WORD; c = next_byte(r))
        word[length++] = (char)c;
    if (c < 0)
        fail(r, " ends after %zu rows, and its first line says that it has more", row);
    else if (c != ' ' || length == 0)
        fail(r, " is broken: row %zu does not begin with a word", row);
    return r->why[0] ? 0 : length;
}

static bool read_binary_row(struct growing *g, struct reader *r, size_t row)
{
    char word[MAX_WORD];
    const size_t length = read_word(r, word, row);
    for (size_t i = 0; length > 0 && i < g->table.d_model; i++) {
        uint32_t bits = 0;
        for (int k = 0; k < 4; k++) {
            const int byte = next_byte(r);
            if (byte < 0)
                return fail(r, " ends in the middle of row %zu", row);
            bits |= (uint32_t)byte << 8 * k;
        }
        memcpy(g->row + i, &bits, sizeof bits);
        if (!isfinite(g->row[i]))
            return fail(r, ": number %zu of row %zu is not finite", i + 1, row);
    }
    if (length > 0)
        add_row(g, word, length);
    return length > 0;
}

static bool read_binary_rows(struct growing *g, struct reader *r, uint64_t n_rows)
{
    for (uint64_t row = 0; row < n_rows; row++)
        if (!read_binary_row(g, r, (size_t)row))
            return false;
    int c = next_byte(r);
    while (c == '\n' || c == '\r')
        c = next_byte(r);
    if (c >= 0)
        fail(r, " goes on behind the last of its %.0f rows", (double)n_rows);
    return !r->why[0];
}

// Whether what comes next is a row of text: numbers up to the end of the line, or as far as
// one can see.
static bool text_follows(struct reader *r, size_t d_model)
{
    (void)refill(r);
    size_t at = r->at, n_fields = 0;
    while (at < r->end && r->block[at] != ' ')
        at++;
    for (; at < r->end && r->block[at] != '\n'; at++) {
        if (r->block[at] == 0 || !strchr("0123456789+-.eEnNaAiIfF \t\r", r->block[at]))
            return false;
        n_fields += r->block[at] != ' ' && r->block[at - 1] == ' ';
    }
    return at == r->end ? n_fields > 0 : n_fields >= d_model;
}

// true: the first line says the two sizes
static bool read_sizes(const char *line, uint64_t *n_rows, uint64_t *d_model)
{
    const char *second = skip_field(line);
    if (count_fields(line) != 2 || strspn(line, "0123456789") != strcspn(line, " \t") ||
        strspn(second, "0123456789") != strlen(second) || strlen(line) > 24)
        return false;
    *n_rows = strtoull(line, NULL, 10);
    *d_model = strtoull(second, NULL, 10);
    return true;
}

static bool read_rows(struct growing *g, struct reader *r)
{
    uint64_t n_rows = 0, d_model = 0;
    bool good = true;
    if (!next_line(r, 1))
        return fail(r, " is empty");
    const bool says = read_sizes(r->line, &n_rows, &d_model);
    if (!says)
        d_model = count_fields(r->line) - (r->length > 0);
    if (d_model < 2 || d_model > MAX_WIDTH)
        return fail(r,
                    " is no table of words: its rows would have %.0f numbers, and 2 to "
                    "100,000 can be read",
                    (double)d_model);
    g->table.d_model = (size_t)d_model;
    g->row = allocate(g->table.d_model, sizeof *g->row);
    if (!says)
        good = read_text_rows(g, r, 1);
    else if (!text_follows(r, g->table.d_model))
        good = read_binary_rows(g, r, n_rows);
    else if (next_line(r, 2))
        good = read_text_rows(g, r, 2);
    if (good && says && g->table.n_in_file != n_rows)
        fail(r, " says that it has %.0f rows, and has %zu", (double)n_rows,
             g->table.n_in_file);
    return !r->why[0];
}

// how many bytes a file has, as far as this machine can tell; 0: it cannot
static uint64_t length_of(FILE *file)
{
    const long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    rewind(file);
    return end < 0 ? 0 : (uint64_t)end;
}

static struct table open_table(const char *path, size_t most_rows)
{
    struct growing g = {.most_rows = most_rows};
    struct reader r = {.file = fopen(path, "rb"), .block = allocate(BLOCK, 1)};
    if (!r.file)
        give_up(1, "there is no file %s that can be read (TABLE=path names another)",
                path);
    // (a folder may have any length, and not one byte)
    if (length_of(r.file) > UINT32_MAX && getc(r.file) != EOF)
        fail(&r, " is larger than 4 GB");
    if (r.why[0] || !read_rows(&g, &r))
        give_up(1, "%s%s", path, r.why);
    if (g.table.vocab_size < LEAST_ROWS)
        give_up(1, "%s has %zu rows, and this chapter needs %d", path, g.table.vocab_size,
                LEAST_ROWS);
    fclose(r.file);
    free(r.block);
    free(r.line);
    free(g.row);
    return g.table;
}

static void close_table(struct table *table)
{
    free(table->letters);
    free(table->starts);
    free(table->wte);
}
// end of what was carried over

static const uint32_t NO_WORD = UINT32_MAX; // not in the table

// carried over from chapter 7
// the row of a word; `length` bytes of it are looked at
static uint32_t find_word(const struct table *table, const char *word, size_t length)
{
    for (size_t v = 0; v < table->vocab_size; v++) {
        const char *known = word_of(table, v);
        if (strncmp(known, word, length) == 0 && known[length] == '\0')
            return (uint32_t)v;
    }
    return NO_WORD;
}

struct pairs {
    uint32_t first[MAX_PAIRS], second[MAX_PAIRS];
    size_t n, n_asked;
};

// The next word of a list, and where the list goes on; its length is 0 at the end.
static const char *next_word(const char **list, size_t *length)
{
    const char *word = *list + strspn(*list, " ");
    *length = strcspn(word, " ");
    *list = word + *length;
    return word;
}

// pairs of words that stand one after the other; those that the table lacks are left out
static struct pairs find_pairs(const struct table *table, const char *list)
{
    struct pairs pairs = {0};
    size_t length;
    while (pairs.n < MAX_PAIRS) {
        const char *word = next_word(&list, &length);
        const uint32_t first = length > 0 ? find_word(table, word, length) : NO_WORD;
        word = next_word(&list, &length);
        if (length == 0)
            break;
        const uint32_t second = find_word(table, word, length);
        pairs.n_asked++;
        if (first == NO_WORD || second == NO_WORD)
            continue;
        pairs.first[pairs.n] = first;
        pairs.second[pairs.n++] = second;
    }
    return pairs;
}
// end of what was carried over

/*
## Six families
*/

struct question {
    uint32_t a, b, c, wanted;
};

// carried over from chapter 7
struct family {
    const char *name, *words;
};

static const struct family families[N_FAMILIES] = {
    {"capital of country",
     "france paris italy rome germany berlin japan tokyo spain madrid england london "
     "russia moscow china beijing greece athens egypt cairo iran tehran iraq baghdad "
     "cuba havana canada ottawa australia canberra austria vienna poland warsaw "
     "portugal lisbon norway oslo sweden stockholm finland helsinki belgium brussels "
     "hungary budapest turkey ankara thailand bangkok vietnam hanoi pakistan islamabad "
     "afghanistan kabul syria damascus lebanon beirut kenya nairobi ireland dublin "
     "peru lima"},
    {"he and she",
     "man woman king queen boy girl father mother brother sister son daughter husband "
     "wife he she his her uncle aunt prince princess actor actress grandfather "
     "grandmother"},
    {"one and many",
     "car cars dog dogs cat cats house houses child children woman women man men year "
     "years city cities book books bird birds tree trees door doors country countries "
     "student students horse horses"},
    {"now and then",
     "go went see saw take took give gave come came make made say said know knew run "
     "ran eat ate write wrote begin began win won lose lost speak spoke fall fell"},
    {"more",
     "big bigger small smaller large larger high higher low lower old older young "
     "younger strong stronger weak weaker long longer short shorter fast faster hard "
     "harder bad worse good better"},
    {"country and people",
     "france french italy italian germany german japan japanese spain spanish china "
     "chinese russia russian sweden swedish greece greek poland polish turkey turkish "
     "ireland irish mexico mexican brazil brazilian"},
};
// end of what was carried over

struct quiz {
    struct question *questions[N_FAMILIES];
    size_t n[N_FAMILIES];
};

// each pair of a family asks for each other pair; of these questions every so-manieth
static struct quiz open_quiz(const struct table *table, size_t every)
{
    struct quiz quiz = {0};
    for (size_t f = 0; f < N_FAMILIES; f++) {
        const struct pairs pairs = find_pairs(table, families[f].words);
        size_t n_asked = 0;
        quiz.questions[f] = allocate(pairs.n * pairs.n + 1, sizeof(struct question));
        for (size_t i = 0; i < pairs.n; i++)
            for (size_t k = 0; k < pairs.n; k++)
                if (i != k && n_asked++ % every == 0)
                    quiz.questions[f][quiz.n[f]++] = (struct question){
                        pairs.first[i], pairs.second[i], pairs.first[k], pairs.second[k]};
    }
    return quiz;
}

static void close_quiz(struct quiz *quiz)
{
    for (size_t f = 0; f < N_FAMILIES; f++)
        free(quiz->questions[f]);
}

// which of 32 questions, from the first on, have the right answer in column t of the scores
static size_t count_answers(const float *scores, const struct question *questions,
                            size_t n, size_t n_rows)
{
    size_t n_right = 0;
    for (size_t t = 0; t < n; t++) {
        const struct question *q = &questions[t];
        float most = -INFINITY;
        size_t best = n_rows;
        for (size_t v = 0; v < n_rows; v++)
            if (scores[v * BATCH + t] > most && v != q->a && v != q->b && v != q->c) {
                most = scores[v * BATCH + t];
                best = v;
            }
        n_right += best == q->wanted;
    }
    return n_right;
}

// the mean of the families' shares of right answers, in percent; the words of a question
// are no candidates (chapter 7)
static double ask_all(const struct quiz *quiz, const float *rows, size_t n_rows, size_t d)
{
    float *unit = unit_rows(rows, n_rows, d), *h_t = allocate(d * BATCH, sizeof *h_t);
    float *scores = allocate((n_rows + 7) / 8 * 8 * BATCH, sizeof *scores);
    double sum = 0.0;
    size_t n_families = 0;
    for (size_t f = 0; f < N_FAMILIES; f++) {
        size_t n_right = 0;
        for (size_t first = 0; first < quiz->n[f]; first += BATCH) {
            const struct question *q = quiz->questions[f] + first;
            const size_t n = quiz->n[f] - first < BATCH ? quiz->n[f] - first : BATCH;
            for (size_t t = 0; t < n; t++)
                for (size_t i = 0; i < d; i++)
                    h_t[i * BATCH + t] = unit[q[t].b * d + i] - unit[q[t].a * d + i] +
                                         unit[q[t].c * d + i];
            product(scores, unit, d, 1, h_t, (n_rows + 7) / 8 * 8, d);
            n_right += count_answers(scores, q, n, n_rows);
        }
        if (quiz->n[f] > 0) {
            sum += (double)n_right / (double)quiz->n[f];
            n_families++;
        }
    }
    free(unit);
    free(h_t);
    free(scores);
    return n_families > 0 ? 100.0 * sum / (double)n_families : 0.0;
}

/*
## Three ways to be shorter

The longest directions are found all at once. The symmetric matrix of mean products is turned,
two axes at a time, so that one number beside the diagonal becomes 0; some hundred thousand such
turns later nothing but the diagonal is left [@jacobi1846]. The turns, put together, are the
directions.
*/

// out[i][j] = mean over v of wte[v][i] wte[v][j]
static double *mean_products(const float *wte, size_t n_rows, size_t d)
{
    double *out = allocate(d * d, sizeof *out);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t i = 0; i < d; i++) {
            const double x = (double)wte[v * d + i] / (double)n_rows;
            for (size_t j = 0; j < d; j++)
                out[i * d + j] += x * (double)wte[v * d + j];
        }
    return out;
}

// turns rows a and b of m by the angle with this cosine and sine
static void turn_rows(double *m, size_t a, size_t b, double c, double s, size_t d)
{
    for (size_t i = 0; i < d; i++) {
        const double x = m[a * d + i], y = m[b * d + i];
        m[a * d + i] = c * x - s * y;
        m[b * d + i] = s * x + c * y;
    }
}

static void turn_columns(double *m, size_t a, size_t b, double c, double s, size_t d)
{
    for (size_t i = 0; i < d; i++) {
        const double x = m[i * d + a], y = m[i * d + b];
        m[i * d + a] = c * x - s * y;
        m[i * d + b] = s * x + c * y;
    }
}

// one round of turns; m [d][d] symmetric, u [d][d] the directions, a row each
static void turn_all(double *m, double *u, size_t d)
{
    for (size_t a = 0; a < d; a++)
        for (size_t b = a + 1; b < d; b++) {
            const double off = m[a * d + b];
            if (fabs(off) <= 1e-14 * (fabs(m[a * d + a]) + fabs(m[b * d + b])))
                continue;
            const double slant = (m[b * d + b] - m[a * d + a]) / (2.0 * off);
            const double t =
                (slant < 0.0 ? -1.0 : 1.0) / (fabs(slant) + sqrt(slant * slant + 1.0));
            const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
            turn_columns(m, a, b, c, s, d);
            turn_rows(m, a, b, c, s, d);
            turn_rows(u, a, b, c, s, d);
        }
}

// the reach of each row along all directions, the longest direction first
//   out [n_rows][d]
static float *along_directions(const float *wte, size_t n_rows, size_t d)
{
    double *m = mean_products(wte, n_rows, d), *u = allocate(d * d, sizeof *u);
    float *out = allocate(n_rows * d, sizeof *out), *column = allocate(d, sizeof *column);
    for (size_t i = 0; i < d; i++)
        u[i * d + i] = 1.0;
    for (int round = 0; round < 12; round++)
        turn_all(m, u, d);
    for (size_t k = 0; k < d; k++) {
        size_t longest = 0;
        for (size_t i = 1; i < d; i++)
            if (m[i * d + i] > m[longest * d + longest])
                longest = i;
        for (size_t i = 0; i < d; i++)
            column[i] = (float)u[longest * d + i];
        for (size_t v = 0; v < n_rows; v++)
            out[v * d + k] = (float)dot(wte + v * d, column, d);
        m[longest * d + longest] = -INFINITY;
    }
    free(m);
    free(u);
    free(column);
    return out;
}

// the first k numbers of each row
static float *prefix(const float *rows, size_t n_rows, size_t k, size_t d)
{
    float *out = allocate(n_rows * k, sizeof *out);
    for (size_t v = 0; v < n_rows; v++)
        memcpy(out + v * k, rows + v * d, k * sizeof *out);
    return out;
}

// right answers of the first k numbers
static double ask_prefix(const struct quiz *quiz, const float *rows, size_t n_rows,
                         size_t k, size_t d)
{
    float *kept = prefix(rows, n_rows, k, d);
    const double right = ask_all(quiz, kept, n_rows, k);
    free(kept);
    return right;
}

// makes the rows of dice stand at right angles, and gives them all one length
static void square_up(float *dice, size_t n, size_t d)
{
    for (size_t j = 0; j < n; j++) {
        float *row = dice + j * d;
        for (size_t e = 0; e < j; e++) {
            const double part = dot(row, dice + e * d, d);
            for (size_t i = 0; i < d; i++)
                row[i] -= (float)(part * (double)dice[e * d + i]);
        }
        const double length = sqrt(dot(row, row, d));
        for (size_t i = 0; i < d; i++)
            row[i] = (float)((double)row[i] / length);
    }
}

// right answers of your projection; less than 0: it is not written
static double ask_projected(const struct quiz *quiz, const struct table *t, size_t k,
                            bool square, uint64_t *rng)
{
    float *dice = allocate(k * t->d_model, sizeof *dice);
    float *out = allocate(t->vocab_size * k, sizeof *out);
    double right = -1.0;
    fill_normal(dice, k * t->d_model, 1.0f, rng);
    if (square)
        square_up(dice, k, t->d_model);
    if (random_projection(out, t->wte, dice, k, t->vocab_size, t->d_model))
        right = ask_all(quiz, out, t->vocab_size, k);
    free(dice);
    free(out);
    return right;
}

enum { N_CUTS = 4 };

static const size_t cuts[N_CUTS] = {20, 35, 50, 100}; // percent of the width

// right answers in percent, over several throws of the dice
struct throws {
    double mean, least, most;
};

static struct throws throw_projections(const struct quiz *quiz, const struct lab *lab,
                                       size_t k, bool square)
{
    struct throws all = {0.0, INFINITY, -INFINITY};
    uint64_t rng = lab->seed;
    for (size_t draw = 0; draw < lab->n_draws; draw++) {
        const double right = ask_projected(quiz, &lab->table, k, square, &rng);
        all.least = right < all.least ? right : all.least;
        all.most = right > all.most ? right : all.most;
        all.mean += right / (double)lab->n_draws;
    }
    return all;
}

static void print_projected(const struct throws *throws, FILE *figure)
{
    if (throws->least < 0.0)
        printf("%8s", "?");
    else
        printf("%8.1f", throws->mean);
    if (figure && throws->least >= 0.0)
        fprintf(figure, "\t%.1f", throws->mean);
}

static void print_throws(struct throws throws[N_CUTS][2], const size_t kept[N_CUTS],
                         size_t n_draws)
{
    printf("the least and the most of %zu throws\n", n_draws);
    printf("%7s%18s%17s\n", "numbers", "of dice", "squared");
    for (size_t c = 0; c < N_CUTS; c++)
        printf("%7zu%9.1f to %5.1f%8.1f to %5.1f\n", kept[c], throws[c][0].least,
               throws[c][0].most, throws[c][1].least, throws[c][1].most);
}

static void show_cuts(const struct quiz *quiz, const struct lab *lab, const float *turned)
{
    const struct table *t = &lab->table;
    FILE *figure = open_figure("dimension-cuts");
    heading("A hundred numbers, and fewer");
    struct throws throws[N_CUTS][2];
    size_t kept[N_CUTS];
    printf("analogies that are right, in percent\n");
    printf("%7s%9s%10s%8s%8s\n", "numbers", "longest", "the first", "of dice", "squared");
    if (figure)
        fprintf(figure,
                "# kind: lines\n# title: Analogies from shorter rows\n"
                "# x: numbers in a row\n# y: right answers (%%)\n# zero: yes\n"
                "x\tlongest directions\tthe first\tof dice\tdice at right angles\n");
    for (size_t c = 0; c < N_CUTS; c++) {
        const size_t d = t->d_model, k = (d * cuts[c] + 99) / 100;
        const double longest = ask_prefix(quiz, turned, t->vocab_size, k, d);
        const double first = ask_prefix(quiz, t->wte, t->vocab_size, k, d);
        kept[c] = k;
        printf("%7zu%9.1f%10.1f", k, longest, first);
        if (figure)
            fprintf(figure, "%zu\t%.1f\t%.1f", k, longest, first);
        for (int square = 0; square < 2; square++) {
            throws[c][square] = throw_projections(quiz, lab, k, square);
            print_projected(&throws[c][square], figure);
        }
        printf("\n");
        if (figure)
            fprintf(figure, "\n");
    }
    float one = 1.0f, out;
    if (!random_projection(&out, &one, &one, 1, 1, 1))
        waits_for("10.5", "random_projection");
    else if (lab->n_draws > 1)
        print_throws(throws, kept, lab->n_draws);
    if (figure)
        fclose(figure);
}

/*
## Fewer bits
*/

// x in whole numbers from -m to m times scale
static inline float round_number(float x, float m, float scale)
{
    const float whole = floorf(x / scale + 0.5f);
    return (whole > m ? m : whole < -m ? -m : whole) * scale;
}

enum { N_SCALES = 16 };

// the scale with the smallest sum of squared errors, of sixteen that are tried side by side
static float best_scale(const float *row, size_t d, float m, float most)
{
    float scales[N_SCALES];
    double errors[N_SCALES] = {0};
    for (size_t k = 0; k < N_SCALES; k++)
        scales[k] = most / m * (float)(k + 1) / N_SCALES;
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < N_SCALES; k++) {
            const double error =
                (double)round_number(row[i], m, scales[k]) - (double)row[i];
            errors[k] += error * error;
        }
    size_t best = 0;
    for (size_t k = 1; k < N_SCALES; k++)
        best = errors[k] < errors[best] ? k : best;
    return scales[best];
}

// of 1 bit only the sign is left, and one size for all
static void keep_signs(float *out, const float *row, size_t d)
{
    double sum = 0.0;
    for (size_t i = 0; i < d; i++)
        sum += fabs((double)row[i]) / (double)d;
    for (size_t i = 0; i < d; i++)
        out[i] = row[i] < 0.0f ? -(float)sum : (float)sum;
}

// Numbers of so many bits, m = 2^(bits - 1) - 1. Each row has a scale, the best of sixteen.
static void round_rows(float *out, const float *rows, size_t n_rows, size_t d,
                       unsigned bits)
{
    const float m = (float)((1u << (bits < 25 ? bits - 1 : 0)) - 1);
    for (size_t v = 0; v < n_rows; v++) {
        const float *row = rows + v * d;
        float most = 0.0f;
        for (size_t i = 0; i < d; i++)
            most = fabsf(row[i]) > most ? fabsf(row[i]) : most;
        memcpy(out + v * d, row, d * sizeof *row);
        if (bits >= 25 || most == 0.0f)
            continue;
        if (bits == 1) {
            keep_signs(out + v * d, row, d);
            continue;
        }
        const float scale = best_scale(row, d, m, most);
        for (size_t i = 0; i < d; i++)
            out[v * d + i] = round_number(row[i], m, scale);
    }
}

static double ask_rounded(const struct quiz *quiz, const float *rows, size_t n_rows,
                          size_t k, size_t d, unsigned bits)
{
    float *kept = prefix(rows, n_rows, k, d), *out = allocate(n_rows * k, sizeof *out);
    round_rows(out, kept, n_rows, k, bits);
    const double right = ask_all(quiz, out, n_rows, k);
    free(kept);
    free(out);
    return right;
}

enum { N_DEPTHS = 3 };

static void show_bits(const struct quiz *quiz, const struct lab *lab, const float *turned)
{
    static const unsigned depths[N_DEPTHS] = {8, 4, 2};
    const struct table *t = &lab->table;
    heading("Eight bits, and fewer");
    printf("%4s%11s%10s%10s%7s\n", "bits", "bytes", "right, %", "of 8 bits", "right");
    for (size_t b = 0; b < N_DEPTHS; b++) {
        uint64_t bytes = 0, flops = 0;
        char text[32];
        const bool written =
            table_cost(&bytes, &flops, 0, t->vocab_size, t->d_model, depths[b]);
        printf(
            "%4u%11s%10.1f", depths[b], written ? with_commas(text, bytes) : "?",
            ask_rounded(quiz, t->wte, t->vocab_size, t->d_model, t->d_model, depths[b]));
        const size_t k = t->d_model * depths[b] / 8;
        if (depths[b] < 8 && k > 0)
            printf("%10zu%7.1f", k,
                   ask_rounded(quiz, turned, t->vocab_size, k, t->d_model, 8));
        printf("\n");
    }
}

/*
## Margins
*/

enum { N_MARGIN = 1000, N_SPREADS = 5 };

// a row for each of 1,000 words, all of the same length: evenly spaced, or thrown by dice
static void spread_rows(float *rows, size_t d, uint64_t *rng)
{
    const double turn = 2.0 * acos(-1.0);
    fill_normal(rows, N_MARGIN * d, 1.0f, rng);
    for (size_t v = 0; v < N_MARGIN; v++) {
        float *row = rows + v * d;
        const double length = sqrt(dot(row, row, d)), part = (double)v / N_MARGIN;
        for (size_t i = 0; i < d; i++)
            row[i] = (float)((double)row[i] / length);
        if (d == 1)
            row[0] = (float)(2.0 * part - 1.0);
        if (d == 2) {
            row[0] = (float)cos(turn * part);
            row[1] = (float)sin(turn * part);
        }
    }
}

// the rows on their side: then the sums of all words run side by side
static float *columns_of(const float *rows, size_t d)
{
    float *columns = allocate(N_MARGIN * d, sizeof *columns);
    for (size_t v = 0; v < N_MARGIN; v++)
        for (size_t i = 0; i < d; i++)
            columns[i * N_MARGIN + v] = rows[v * d + i];
    return columns;
}

// leads[w]: how far word w is behind word v, where the hidden state is v's own row
//   columns [d][N_MARGIN]
static void fill_leads(double *leads, const float *columns, size_t v, size_t d)
{
    memset(leads, 0, N_MARGIN * sizeof *leads);
    for (size_t i = 0; i < d; i++)
        for (size_t w = 0; w < N_MARGIN; w++)
            leads[w] +=
                (double)columns[i * N_MARGIN + v] * (double)columns[i * N_MARGIN + w];
    const double own = leads[v];
    for (size_t w = 0; w < N_MARGIN; w++)
        leads[w] = own - leads[w];
}

// the smallest lead of any word, and the loudness with which that word gets 9 parts in 10
static double smallest_margin(double *loudness, const float *rows, size_t d)
{
    double leads[N_MARGIN], smallest = INFINITY, low = 0.0, high = 1e9;
    size_t weakest = 0;
    float *columns = columns_of(rows, d);
    for (size_t v = 0; v < N_MARGIN; v++) {
        fill_leads(leads, columns, v, d);
        for (size_t w = 0; w < N_MARGIN; w++)
            if (w != v && leads[w] < smallest) {
                smallest = leads[w];
                weakest = v;
            }
    }
    fill_leads(leads, columns, weakest, d);
    for (int round = 0; round < 100; round++) {
        const double middle = (low + high) / 2.0;
        double sum = 0.0;
        for (size_t w = 0; w < N_MARGIN; w++)
            sum += w != weakest ? exp(-middle * leads[w]) : 0.0;
        *(sum > 1.0 / 9.0 ? &low : &high) = middle;
    }
    free(columns);
    *loudness = high;
    return smallest;
}

// for how many of the words w its state gives w a greater logit than any other word
static double share_right(const float *states, const float *rows, size_t d)
{
    float *h_t = allocate(d * BATCH, sizeof *h_t), *scores;
    size_t n_right = 0;
    scores = allocate(N_MARGIN * BATCH, sizeof *scores);
    for (size_t first = 0; first < N_MARGIN; first += BATCH) {
        const size_t n = N_MARGIN - first < BATCH ? N_MARGIN - first : BATCH;
        for (size_t t = 0; t < n; t++)
            for (size_t i = 0; i < d; i++)
                h_t[i * BATCH + t] = states[(first + t) * d + i];
        product(scores, rows, d, 1, h_t, N_MARGIN, d);
        for (size_t t = 0; t < n; t++) {
            bool wins = true;
            for (size_t w = 0; w < N_MARGIN; w++)
                wins = wins && (w == first + t ||
                                scores[w * BATCH + t] < scores[(first + t) * BATCH + t]);
            n_right += wins;
        }
    }
    free(h_t);
    free(scores);
    return percent(n_right, N_MARGIN);
}

// the same with rows of so many bits, and noise of this size on each number of the states
static double share_rounded(const float *rows, size_t d, unsigned bits, double noise,
                            uint64_t *rng)
{
    float *out = allocate(N_MARGIN * d, sizeof *out);
    float *states = allocate(N_MARGIN * d, sizeof *states);
    round_rows(out, rows, N_MARGIN, d, bits);
    fill_normal(states, N_MARGIN * d, (float)noise, rng);
    for (size_t k = 0; k < N_MARGIN * d; k++)
        states[k] += out[k];
    const double right = share_right(states, out, d);
    free(out);
    free(states);
    return right;
}

enum { N_TRIALS = 5 };

static const char *const trial_names[N_TRIALS] = {"right, %", "8 bits", "noise",
                                                  "64 bits", " + noise"};

// what rows of d numbers are good for; without a margin there is no loudness either
struct spread {
    double margin, loudness, right[N_TRIALS];
};

static struct spread try_spread(size_t d, double noise, uint64_t *rng)
{
    float *rows = allocate(N_MARGIN * d, sizeof *rows);
    const unsigned bits[N_TRIALS] = {32, 8, 32, (unsigned)(64 / d), (unsigned)(64 / d)};
    struct spread s = {0};
    spread_rows(rows, d, rng);
    s.margin = smallest_margin(&s.loudness, rows, d);
    for (size_t k = 0; k < N_TRIALS; k++)
        s.right[k] = share_rounded(rows, d, bits[k], k == 2 || k == 4 ? noise : 0.0, rng);
    free(rows);
    return s;
}

// what is said of x, or x itself in short where that is too long for its column
static void print_cell(int width, const char *said, double x)
{
    strlen(said) < (size_t)width ? printf("%*s", width, said) : printf("%*.0e", width, x);
}

// a column for each width
static void show_margins(const struct lab *lab)
{
    static const size_t spreads[N_SPREADS] = {1, 2, 4, 8, 64};
    static const int columns[N_SPREADS] = {5, 8, 8, 6, 6};
    struct spread tried[N_SPREADS];
    uint64_t rng = lab->seed;
    char said[32];
    heading("What width buys");
    printf("%-9s", "d");
    for (size_t k = 0; k < N_SPREADS; k++) {
        tried[k] = try_spread(spreads[k], lab->noise, &rng);
        printf("%*zu", columns[k], spreads[k]);
    }
    printf("\n%-9s", "margin");
    for (size_t k = 0; k < N_SPREADS; k++) {
        snprintf(said, sizeof said, "%.2g", tried[k].margin);
        print_cell(columns[k], tried[k].margin > 0.0 ? said : "none", tried[k].margin);
    }
    printf("\n%-9s", "loudness");
    for (size_t k = 0; k < N_SPREADS; k++)
        print_cell(columns[k],
                   tried[k].margin > 0.0
                       ? with_commas(said, (uint64_t)ceil(tried[k].loudness))
                       : "none",
                   tried[k].loudness);
    for (size_t trial = 0; trial < N_TRIALS; trial++) {
        printf("\n%-9s", trial_names[trial]);
        for (size_t k = 0; k < N_SPREADS; k++)
            printf("%*.1f", columns[k], tried[k].right[trial]);
    }
    printf("\n");
}

/*
## The bench

Your projection makes one sum at a time, in `double`, and each addition waits for the one before
it. The fast one does the same in `float` with the tile: 32 directions side by side. A training
step is held against what its products would cost if the tile did nothing else.
*/

static void report(const char *what, double ratio, bool at_least, double want)
{
    const bool fine = at_least ? ratio >= want : ratio <= want;
    printf("%-44s ~%.2f, wanted: %s %g (a laptop's core)%s\n", what, ratio,
           at_least ? "at least" : "at most", want, fine ? "" : " MISSED");
}

// multiplications and additions a second of the tile, with everything in the nearest cache
static double tile_speed(void)
{
    enum { N = 64 };
    static float a[8 * N], b[N * BATCH], out[8 * BATCH];
    double best = INFINITY;
    volatile float kept = 0.0f;
    for (int round = 0; round < 40; round++) {
        const double start = seconds();
        for (size_t k = 0; k < 1000; k++) {
            product(out, a, N, 1, b, 8, N);
            a[k % (8 * N)] += 1e-9f * out[k % (8 * BATCH)];
        }
        const double spent = seconds() - start;
        kept = kept + out[0];
        best = spent < best ? spent : best;
    }
    return 1000.0 * 8 * BATCH * N / best;
}

// seconds for 10,000 rows of 100 numbers on 32 directions; by your function: NAN if not written
static double time_projection(bool yours)
{
    enum { N = 10000, D = 100 };
    float *rows = allocate(N * D, sizeof *rows),
          *dice = allocate(D * BATCH, sizeof *dice);
    float *out = allocate(N * BATCH, sizeof *out);
    double best = INFINITY;
    for (int round = 0; round < 5; round++) {
        const double start = seconds();
        if (!yours)
            product(out, rows, D, 1, dice, N, D);
        else if (!random_projection(out, rows, dice, BATCH, N, D))
            best = (double)NAN;
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    free(rows);
    free(dice);
    free(out);
    return best;
}

static double time_step(const struct corpus *novel, size_t d)
{
    struct model m = open_model(d, 1);
    struct work w = open_work(m.width);
    double best = INFINITY;
    for (size_t round = 0; round < 100; round++) {
        uint32_t ids[BATCH], targets[BATCH];
        read_batch(ids, targets, novel, round);
        const double start = seconds();
        train_step(&m, &w, ids, targets, 0.1f);
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    close_work(&w);
    close_model(&m);
    return best;
}

static void show_bench(const struct corpus *novel)
{
    const double yours = time_projection(true), fast = time_projection(false);
    const double speed = tile_speed(), step = time_step(novel, 64);
    heading("Benchmarks of chapter 10");
    printf(
        "a step of 32 words at d = 64 ~%.2f ms; 10,000 rows on 32 directions ~%.2f ms\n",
        1e3 * step, 1e3 * fast);
    report("speed of the step / the tile in the nearest cache",
           3.0 * VOCAB_SIZE * BATCH * 64 / step / speed, true, 0.3);
    report("speed of the projection / the same tile",
           10000.0 * 100 * BATCH / fast / speed, true, 0.4);
    if (isnan(yours))
        waits_for("10.5", "random_projection");
    else
        printf("exercise 10.5 takes ~%.1f times as long\n", yours / fast);
}

/*
## What you can change

The program takes settings: `build/10_dimension noise=0.2`, for example. Each has a row in the
table below, and `build/10_dimension settings` prints them. The numbers in the text are those of
the defaults. `TEXT=path` reads another text, and `TABLE=path` another table of words.

::: {.run passes="0.1"}
In this page a run reads a tenth of the novel, once, for each width, unless you ask for
more: a browser takes several times as long.
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
    {"seed", "whole", "1", 1, 1000000,
     "for the dice, the followers and where models begin"},
    {"states", "whole", "20000", 1, 10000000,
     "arrows that are thrown at each small head"},
    {"turns", "whole", "300", 1, 1000000, "turns of the search in the novel's heads"},
    {"passes", "number", "0.5", 0.01, 100, "how often the novel is read"},
    {"factor", "number", "1", 0.001, 1000, "all learning rates of the novel times this"},
    {"every", "whole", "8", 1, 50, "1: all questions to the table; 8: every eighth"},
    {"draws", "whole", "1", 1, 100, "random projections for each width"},
    {"noise", "number", "0.1", 0, 100, "on each number of the hidden state, at the end"},
    {"controls", "whole", "0", 0, 2, "1: seven rates, 2: eight seeds, for nine widths"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static struct lab read_choice(char **args)
{
    return (struct lab){
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .n_states = (size_t)setting_number(settings, args, "states"),
        .n_turns = (size_t)setting_number(settings, args, "turns"),
        .passes = setting_number(settings, args, "passes"),
        .factor = setting_number(settings, args, "factor"),
        .every = (size_t)setting_number(settings, args, "every"),
        .n_draws = (size_t)setting_number(settings, args, "draws"),
        .noise = setting_number(settings, args, "noise"),
    };
}

static void show_text(const struct corpus *novel, const struct lab *lab)
{
    struct model models[N_SHOWN_WIDTHS];
    show_novel(models, novel, lab);
    show_sayable(models, lab);
    show_ranks(models, novel);
    for (size_t k = 0; k < N_SHOWN_WIDTHS; k++)
        close_model(&models[k]);
}

// before anything is printed: what cannot be read is said at once
static void open_real_table(struct lab *lab)
{
    const char *path = getenv("TABLE");
    lab->table = open_table(
        path && *path ? path : "chapters/data/glove/glove_100d_10000.bin", MOST_ROWS);
    if (lab->table.d_model > WIDEST)
        give_up(1, "the rows of this table have %zu numbers, and this chapter takes %d",
                lab->table.d_model, WIDEST);
}

static void show_table(struct lab *lab)
{
    struct table *t = &lab->table;
    struct quiz quiz = open_quiz(t, lab->every);
    float *turned = along_directions(t->wte, t->vocab_size, t->d_model);
    show_cuts(&quiz, lab, turned);
    show_bits(&quiz, lab, turned);
    free(turned);
    close_quiz(&quiz);
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    struct lab lab = read_choice(args);
    const int controls = (int)setting_number(settings, args, "controls");
    const char *path = getenv("TEXT");
    struct corpus novel =
        open_novel(path && *path ? path : "chapters/data/austen/emma.txt");
    if (asks_for_bench(args))
        show_bench(&novel);
    else if (controls == 1)
        show_rates(&novel, &lab);
    else if (controls == 2)
        show_seeds(&novel, &lab);
    else {
        open_real_table(&lab);
        show_sizes();
        show_circles(lab.seed);
        show_winners(lab.seed, lab.n_states);
        show_margins(&lab);
        show_table(&lab);
        fflush(stdout); // what takes longest comes last
        show_text(&novel, &lab);
        close_table(&lab.table);
    }
    close_corpus(&novel);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="10.1"}
How can you know that a product does not fit, without making it? And which sizes may be
multiplied first, if one of the others is 0?
:::

::: {.hint exercise="10.1"}
a * b fits if a is 0 or b <= UINT64_MAX / a. Eight numbers take exactly `bits` bytes, so the row
takes (d / 8) * bits bytes, and those of the last d % 8 numbers: (d % 8 * bits + 7) / 8.
:::

::: {.hint exercise="10.1"}
Write a small function that multiplies if it fits. Refuse bad bits. If vocab_size is 0 the table
has 0 bytes; else multiply d / 8 by bits, ask whether the rest can be added, add it, and
multiply by vocab_size. If one of n_tokens, vocab_size and d_model is 0 the FLOPs are 0; else
multiply the three, and 2. Write the two results at the very end.
:::

::: {.hint exercise="10.2"}
Of which row is the input row of word v a copy?
:::

::: {.hint exercise="10.2"}
lm_head[2 w] = cos(2 pi w / V), lm_head[2 w + 1] = sin(2 pi w / V); wte[2 v] = lm_head[2
next[v]], and the same for 2 v + 1.
:::

::: {.hint exercise="10.2"}
A first loop looks at every next[v] and returns false if it is not below vocab_size. A second
one computes the angle of each w in double, and writes its rounded cosine and sine. A third
copies to row v the two numbers of row next[v].
:::

::: {.hint exercise="10.3"}
Stand on row v and look at all the others. What must be true of the directions in which you
look, so that a straight line through your place has them all on one side?
:::

::: {.hint exercise="10.3"}
With x = u[w] - u[v] for all w, keep the leftmost and the rightmost direction, both counted from
the first one. Word v can win if no x is zero or opposite to the first, and rightmost to
leftmost is less than half a turn: cross(right, left) > 0, or it is 0 and they point the same
way.
:::

::: {.hint exercise="10.3"}
For each v: first, left and right are the first x that you meet. For each further x: if it is 0
in both numbers, v cannot win. If cross(first, x) is 0 and dot(first, x) negative, it cannot. If
cross(first, x) > 0 and cross(left, x) > 0, left becomes x. If cross(first, x) < 0 and
cross(right, x) < 0, right becomes x. At the end ask for cross(right, left). With d_model 1 let
the second number be 0. With a single word there is no x, and it wins.
:::

::: {.hint exercise="10.4"}
Which entry should be the next pivot, so that no rounding error is ever divided by a small
number?
:::

::: {.hint exercise="10.4"}
For the pivot room[n][n], each row r below it: factor = room[r][n] / pivot, then room[r][c] -=
factor * room[n][c] for all c from n on.
:::

::: {.hint exercise="10.4"}
Refuse a bad tolerance and entries that are not finite. Copy a to room. For n = 0, 1, ... while
rows and columns are left: find the entry of the largest size at (r, c) with r and c at least n.
The first one's size times tolerance is the limit; stop if the size is not greater than it. Swap
row r with row n and column c with column n, eliminate below, and count one.
:::

::: {.hint exercise="10.5"}
Which of the three sizes is the number of sums, for each row?
:::

::: {.hint exercise="10.5"}
out[v * n_out + j] = (1 / sqrt(n_out)) * sum over i of wte[v * d + i] * dice[j * d + i].
:::

::: {.hint exercise="10.5"}
Three loops: over v, over j, and inside over i with a sum in double. After the inner loop divide
the sum by sqrt((double)n_out), convert it to float, and store it at out[v * n_out + j].
:::
*/
