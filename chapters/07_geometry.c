/*
# What do directions and angles mean? {#geometry}

[Ask a table of word vectors who lives next to *hot*, and it says *cool*, and then *cold*:
has it got something wrong?]{.teaser} It was never told what hot means. It was told which
words stand near which others in a great deal of text, and things that can be hot can be
cold too.

Until now our tables were small, or our own. This chapter puts a real one under the
microscope: 10,000 rows of GloVe [@pennington2014], trained at Stanford on six billion
words of encyclopedia and news, and still in use. No program of ours will change a number of
it. We only look, and we bring four sentences that introductions like to repeat:

- *Words that mean the same are neighbours.*
- *Each number of a row is a feature: one of them says "has a tail".*
- *King minus man plus woman is queen.*
- *Take away what all rows have in common, and everything gets better.*

Each has seen something. Each is about half true, and the half can be measured. All of it
is a matter of directions and angles.

![A row is an arrow: its numbers say how far to go along each axis. Two arrows enclose an
angle, and the cosine is a measure of it: cat and dog are 28 degrees apart, cat and apple
74.](drawing:directions){alt="Left, the rows of cat, dog and apple, three numbers of each
and dots for the other 97. In the middle two arrows from one point, cat and dog, with an
angle of 28 degrees between them and the cosine 0.88. Right two arrows, cat and apple,
with an angle of 74 degrees and the cosine 0.28."}

The exercises need the cosine of chapter 1 and nothing that came after it. The file is
`chapters/07_geometry.c`; `make chapter7` builds it and runs it. It takes a few seconds,
and `TABLE=path build/07_geometry` looks at a table of yours instead.
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

// the small tools, written out at the end
static void heading(const char *title);
static void waits_for(const char *exercise, const char *function);
static void *allocate(size_t n, size_t size);

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

/*
## A real table

::: {.output section="A real table"}
:::

The rows stand in the order of frequency: row 0 is *the*. Every word is in lower case
and has exactly one row, whatever it means: the *bank* of a river and the bank that
lends money share theirs (chapter 9 is about that). The file is in the layout that the
program word2vec made common: a line that says how many rows and how many numbers, then
each word, a space, and its numbers as they lie in memory.

::: aside
GloVe learns two tables, as the models of chapter 3 do: one row for a word as itself, one for
it as a neighbour of others. What is published, and what we look at, is their sum
[@pennington2014, sec. 4.2].
:::

Look at the row of *cat*. Nothing in it looks like a cat. Chapter 1 invented five
features for *cat*, *dog* and *apple*, with the cosines 0.999 and 0.046. Nobody invented
these numbers, and still *cat* is nearer to *dog*, with
[0.880]{.n section="A real table"}, than to *apple*, with
[0.279]{.n section="A real table"}. Whatever there is to know must be in how the rows
stand to each other.

## Exercise 7.1: the nearest rows {#nearest-rows .exercise}

Find the rows whose cosine with row `row` is greatest, the greatest first. The row itself
is left out: it would always win. Of equal cosines the smaller id comes first, so that the
answer is the same for everybody. Write the ids to `nearest` and their cosines to
`cosines`.

Chapter 1's rules for the cosine hold: compute its sums in `double`, and a row of zeros is
like nothing, with the cosine 0. Compare the cosines as `double` too. Two of them may
differ by less than a `float` can say.

By hand, with the rows (3, 4), (8, 6), (4, −3) and (0, 0), `row` 0 and `n_nearest` 3:

| id | cosine with row 0                              |
|:---|:-----------------------------------------------|
| 1  | $(24 + 24) / (5 \cdot 10) = 0.96$              |
| 2  | $(12 - 12) / (5 \cdot 5) = 0$                  |
| 3  | 0, for it has no direction                     |

So `nearest` becomes 1, 2, 3, and `cosines` 0.96, 0, 0. If `row` is not below
`vocab_size`, or there are fewer than `n_nearest` other rows, return `false` and leave
both outputs alone. No neighbours at all, `n_nearest` 0, are nothing to do for a `row`
of the table, and no error. With rows of no numbers all cosines are 0. You do not need a
sort, and no memory of your own: the two outputs can hold the best rows that you have
seen so far, in their order. What a NaN or an infinity in the table does is up to you.
*/

// cosines[k] = the k-th greatest of cos(wte[row], wte[v]) over all v but row, k from 0
// nearest[k] = its v; of equal cosines the smaller v first
//   nearest, cosines [n_nearest]   wte [vocab_size][d_model]   cos 0 for a row of zeros
// false, and both outputs untouched, if row is not below vocab_size, or n_nearest is more
//   than vocab_size - 1
EXERCISE bool nearest_rows(uint32_t *nearest, double *cosines, const float *wte,
                           uint32_t row, size_t n_nearest, size_t vocab_size,
                           size_t d_model)
{
    // your code here
    (void)nearest, (void)cosines, (void)wte, (void)row, (void)n_nearest, (void)vocab_size,
        (void)d_model;
    return false;
}

/*
::: {.output section="Neighbours" set="word k"}
:::

The last line has the cosines, too. Numbers live with numbers and days with days, and so
closely that four of the other days reach 0.99 with *monday* (`word=monday`). The bank is
the one that lends money; of rivers there is nothing in sight. And *king* has *prince*
before *queen*. Ask for your own with `word=` and `k=`:
`build/07_geometry word=guitar k=12`.

## Next door lives the opposite

Now for the first sentence. *Hot* has *cool* and *cold* before *warm*. Is that an
accident? Let us write down two lists before we look, 26 pairs of opposites and 26 pairs
of words that can stand for one another, and for each word of a pair ask: which place
does its partner take among its 9,999 neighbours?

::: predict
The middle one of 52 such places, for words that mean the same: 3? 30? 300? And for
opposites?

:::: answer
[4]{.n section="Opposites and synonyms"} for words that mean the same, and 3 for opposites.
::::
:::
*/

static const char opposites[] =
    "hot cold big small good bad high low black white young old strong weak rich poor "
    "early late fast slow long short open closed up down left right light dark hard soft "
    "happy sad love hate war peace life death win lose buy sell increase decrease "
    "north south day night summer winter";

static const char synonyms[] =
    "big large small little fast quick begin start buy purchase car automobile child kid "
    "help aid shop store sick ill stone rock street road error mistake gift present "
    "answer reply end finish rich wealthy famous renowned choose select attempt try "
    "near close doctor physician film movie ship boat jail prison lawyer attorney";

/*
::: {.output section="Opposites and synonyms"}
:::

Opposites are neighbours, and as close as synonyms are: the middle place is
[3]{.n section="Opposites and synonyms"} for the ones and
[4]{.n section="Opposites and synonyms"} for the others. For
[20]{.n section="Opposites and synonyms"} of 52 words the opposite is the *very nearest*
of all. The last line is the control: the same words with the partners of other pairs.
There the middle place is [1,598]{.n section="Opposites and synonyms"}, and not one is
among the ten. So it is the pair that counts, and not that such words are common.

::: aside
*Present* is not among the fifty nearest of *gift* (`word=gift k=50`), though we put
them on the list of synonyms. One row serves all meanings of a word, and that of
*present* stands among *same*, *this*, *current* (`word=present`).
:::

::: belief
**"Words that mean the same are neighbours."** They are. So are words that mean the
contrary, and the table cannot tell the two apart by their angle. It puts together what
is said in the same places, and of a day, a drink or a temper one says that it is hot
where one could say that it is cold [@nguyen2016, sec. 1]. *Similar* is a word with two
meanings; the cosine has the one that asks "could this word stand here?".
:::

Two lists of our own prove nothing about all pairs of English, and the first holds more
common words than the second. They are enough to refute a sentence that says "synonyms".

From here on there are ten thousand lists to make, not one. The program makes them in a way
that is faster ([at the end](#faster)) and says where it held your function against them
("as yours").

## What all rows have in common

Take two words at random, *hurricane* and *tuesday*. With rows of dice the cosine would
be near 0, give or take 0.1: chapter 2 found that random rows in a hundred dimensions
are nearly at right angles. What is it in a real table, on average over all pairs?

To find out we need not make 50 million cosines. With unit rows, the sum of the cosines
of *all* pairs is the dot product of the sum of all rows with itself. In that product
each row also meets itself, with the cosine 1; take these off, and divide:
*/

// the mean cosine of two different rows: (|sum of unit rows|^2 - n) / (n^2 - n)
static double mean_cosine(const float *unit, size_t n_rows, size_t d)
{
    double n = (double)n_rows, square = 0.0;
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0;
        for (size_t v = 0; v < n_rows; v++)
            sum += (double)unit[v * d + i];
        square += sum * sum;
    }
    return (square - n) / (n * n - n);
}

/*
It is not 0 but [0.171]{.n section="What all rows have in common"}. The rows do not
point everywhere; they lean to one side, together. Chapter 5 met such a lean in the head
of a language model, and saw what it is there for. To see what it is here we have to
take it off.

![Left, arrows that lean to one side, and their mean, drawn thick. Right, the same arrows
with the mean taken off: now they point everywhere. Look at the two thin ones at the
edges: the angle between them has become wider, though nothing moved against anything
else.](drawing:centred){alt="Left, seven arrows from one point, all within a third of a
circle, and a thick arrow in their middle, the mean. Right, the same seven arrows after
the mean was subtracted from each: they point in all directions, and the angle between
the two outermost has grown from 88 to 169 degrees."}

## Exercise 7.2: centre the rows {#center-rows .exercise}

Compute the mean row, and subtract it from every row.

$$\mathrm{mean}_i = \frac{1}{V} \sum_v E_{vi}$$

$$\mathrm{out}_{vi} = E_{vi} - \mathrm{mean}_i$$

By hand: the rows (1, 10), (3, 20), (8, 0) have the mean (4, 10), and become (−3, 0),
(−1, 10), (4, −10). Each column adds up to 0 now.

Sum in `double`, and subtract the mean while it still is one; round each result once, at
the end. A `float` has 24 bits. If a column holds numbers near 100,000,000, a mean that
was rounded to `float` first can be off by 4, and so is every number that it is taken
from.

No rows have no mean: if `vocab_size` is 0, return `false` and leave both outputs alone.
Rows of no numbers are fine, and nothing to do, if there is one row at least. A NaN needs no
care: it makes its column NaN, in the mean and in every row.
*/

// mean[i] = (sum over v of wte[v][i]) / vocab_size,  out[v][i] = wte[v][i] - mean[i]
//   out, wte [vocab_size][d_model]   mean [d_model]   in double, rounded at the end
// false, and out and mean untouched, if vocab_size is 0
EXERCISE bool center_rows(float *out, float *mean, const float *wte, size_t vocab_size,
                          size_t d_model)
{
    // your code here
    (void)out, (void)mean, (void)wte, (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="What all rows have in common"}
:::

The mean row is no small thing: its length is
[2.25]{.n section="What all rows have in common"}, where a row has
[5.49]{.n section="What all rows have in common"}. Without it the mean cosine is
[0.000]{.n section="What all rows have in common"}.

And what does it mean? The last line says it: *frequency*. The hundred most frequent
words have a cosine of [0.79]{.n section="What all rows have in common"} with the mean
row, those behind rank 5,000 [0.31]{.n section="What all rows have in common"}. So a
part of every cosine goes with how common the two words are. A common part has
been found in many tables of this kind [@mu2018], and in the layers of language models
too [@ethayarajh2019].

## Everybody's neighbour

A lean has a consequence that one would not expect. Make the list of the ten nearest for
each of the 5,000 most frequent words. Each word then stands in ten lists on average. But
how evenly? A row that stands in very many lists is called a **hub** [@radovanovic2010].

The table has hubs. Before we explain them: would any table have them? So beside it
stand three others of the same size, each with one property taken away. In *centred* the
mean is gone. In *shuffled* each column keeps its numbers, and so its mean and its
spread, but hands them to other words: whatever the columns knew together is gone. (In the
line below it the mean is gone too.) *Dice* are independent normal numbers: nothing is left
but the hundred dimensions.

How uneven the lists are, one number can say, their **skewness**: it is 0 if as much lies far
above the mean as far below it, and grows with a few rows that are far above it. (It is the
mean cube of what a row has more or less than ten lists, in units of the typical distance
from ten.)

::: {.output section="Everybody's neighbour"}
:::

![In how many lists of ten a row stands, from the most popular row to the least. Look at the
left end: dice are nearly fair, and a table whose columns were shuffled is the least
fair.](figure:geometry-hubs){#fig-geometry-hubs}

::: belief
**"In high dimensions there are always hubs."** The dice have as many dimensions, and
their most popular row stands in [26]{.n section="Everybody's neighbour"} lists. What
makes the hubs of the shuffled table is the lean: take its mean off, and the skewness
falls from [3.10]{.n section="Everybody's neighbour"} to
[0.38]{.n section="Everybody's neighbour"}, which is nearly that of the dice. Who stands
nearest to the mean is near to everybody. (That hubs come from where the points of a cloud
lie dense and where it ends, rather than from the number of its dimensions, has been argued
before [@low2013].)
:::

(`seed=` throws other dice: from eight seeds the dice reach 21 to 26, the shuffled
tables 143 to 247.) Two things may surprise you. The real table has *fewer* hubs than
the shuffled one: what the columns know together gives each word neighbours of its own.
And centring takes only a part of them away, from a skewness of
[1.98]{.n section="Everybody's neighbour"} to
[1.24]{.n section="Everybody's neighbour"}. Where the rest comes from this experiment
does not say.

## The longest directions

After the mean, the next question is in which directions the cloud of rows is long.
Choose a direction, a unit vector $u$. Each row reaches $E_v \cdot u$ along it, and the
mean of the squares of these reaches is the **variance** in this direction. The
direction of the greatest variance is called the first **principal component**; the
second is the greatest among all that stand at a right angle to the first, and so on.

There is a way to find them that needs nothing but what you have: push a vector through
the table and back, again and again. Let every row vote for *itself*, as loudly as the
vector points its way:

$$u \;\leftarrow\; \frac{1}{V} \sum_v (E_v \cdot u) \, E_v$$

and then divided by its length. Along each principal component this multiplies by the
variance there: by 4.5 and by 0.5 in the example of the exercise. What is longest grows
fastest, and after some rounds it is all that one sees. This is **power iteration**.
*/

/*
## Exercise 7.3: the principal components {#principal-components .exercise}

For one component after the other, do `n_steps` rounds. A round has three parts:

1. `room` becomes the mean over all rows of (row · $u$) times the row.
2. For each component $e$ that is already finished, the part of `room` along it is taken
   off: `room` minus (`room` · $e$) times $e$.
3. $u$ becomes `room` divided by its length.

(In part 2 the dot products may be those of `room` as it was, or of what the components
before have left of it: they stand at right angles, so only the last digits differ.) When the
rounds are over, `variances` gets the mean over all rows of (row · $u$)². The rows are centred
already; that is the caller's business.

`components` comes in with a vector for each component to begin with (any will do that
is not at a right angle to what we look for; the program takes random ones), and goes
out with the result. `room` has place for `d_model` numbers of type `double`; what you
leave in it does not matter, and more memory than that you do not need (a table may have
100,000 columns: a matrix of $d \times d$ numbers has no place then). Compute all sums
in `double`; $u$ itself may be kept as `float` between the rounds. If the length in part
3 is 0, there is nothing left to find: $u$ becomes zeros, and its variance is 0.

By hand: the rows (3, 0), (−3, 0), (0, 1), (0, −1), and (1, 1) to begin with.

| round\ 1        |                                                             |
|:----------------|:------------------------------------------------------------|
| row\ ·\ $u$     | 3, −3, 1, −1                                                |
| `room`          | $(3 \cdot 3 + 3 \cdot 3,$ $1 \cdot 1 + 1 \cdot 1) / 4$ $= (4.5, 0.5)$ |
| its\ length     | 4.5277                                                      |
| $u$             | (0.9939, 0.1104)                                            |

With one round the variance is 4.4512, and after a few 4.5. With a second component that
begins with (0, 1), one round gives `room` = (0, 0.5); its part along the first is
$0.0552 \, (0.9939, 0.1104)$; what is left is (−0.0549, 0.4939), and so the second
component is (−0.1104, 0.9939), at a right angle to the first, with the variance 0.5488.

Return `false`, and leave all outputs alone, if `n_components` is more than `d_model`,
or if `n_steps` or `vocab_size` is 0. No components at all, with the other two not 0,
are nothing to do.
*/

// n_steps times, for each component u after the other:
//   room[i] = (sum over v of (wte[v] . u) * wte[v][i]) / vocab_size
//   room    = room - (room . e) e  for each earlier component e;   u = room / |room|
// variances[k] = (sum over v of (wte[v] . u)^2) / vocab_size
//   components [n_components][d_model], in: where to begin   variances [n_components]
//   room [d_model]   wte [vocab_size][d_model]   sums in double; |room| 0: u 0, variance 0
// false, and all outputs untouched, if n_components is above d_model, or n_steps or
//   vocab_size is 0
EXERCISE bool principal_components(float *components, float *variances, double *room,
                                   const float *wte, size_t n_components, size_t n_steps,
                                   size_t vocab_size, size_t d_model)
{
    // your code here
    (void)components, (void)variances, (void)room, (void)wte, (void)n_components,
        (void)n_steps, (void)vocab_size, (void)d_model;
    return false;
}

/*
### Two ends that one can name

::: {.output section="The longest directions"}
:::

Both ends of the first component can be named. At the one end stand the first names of
sportsmen, at the other the words of official reports. The second goes from things that
one can measure to wars and ministers. Nobody asked for these axes. They are what the
six billion words were most unequal in, and news was much of them.

Do not take the names too seriously. The first two together have
[9.4]{.n section="The longest directions"} % of the variance.

![The two longest directions of the table, and some words of three families in them. Look
for France and Paris, and then look how much else lies between
them.](figure:geometry-map){#fig-geometry-map}

::: belief
**"On the map one sees which words are near."** A map like this one hangs in every
introduction. It shows 2 of 100 dimensions. Of a word's ten nearest rows
[0.16]{.n section="The longest directions"} are among its ten nearest on the map. A
group that lies together on a map may lie together in the table. Two words that do, most
likely do not.
:::

What these long directions are good for, or bad, we can only say with a task. So here is
one.

## King, man, woman

This is the most famous result about word vectors [@mikolov2013regularities]. Take the
arrow from *man* to *woman*, lay it on at *king*, and see who lives where it ends. If
the step from man to woman is the same everywhere, it should be *queen*. (It was first
shown with the rows of a small recurrent language model; since then it has been tried on
table after table. Explanations of GPTs like to show it too, as if their table had to do the
same. But its rows are pieces of words, and were trained for another task: it would have to be
measured, and with the controls that follow. We have not seen it done.)

The rows are first divided by their lengths. Then the point is $q = b - a + c$, with $a$
= man, $b$ = woman, $c$ = king, and we look for the row that has the greatest cosine
with it. The length of $q$ is the same for all candidates, so we can leave it out, and
what remains is a sum that one can write down without any geometry
[@levy2014linguistic]:

$$\begin{aligned}
\mathrm{score}(v) = {} & \cos(v, b) - \cos(v, a) \\
& + \cos(v, c).
\end{aligned}$$

Like woman, unlike man, like king.
*/

/*
## Exercise 7.4: an analogy {#analogy .exercise}

Find the row with the greatest score, of equal ones the one with the smaller id. If
`exclude_inputs` is true, the rows `a`, `b` and `c` themselves are no candidates. As
before, sums are in `double`, scores are compared as `double`, and a row of zeros has
the cosine 0 with every row.

By hand, with the rows (1, 0), (4, 3), (3, −4), (24, −7), whose lengths are 1, 5, 5 and
25; $a$ = 0, $b$ = 1, $c$ = 2, and the cosines of each $v$ with these:

| $v$ | with $b$ | with $a$ | with $c$ | score |
|:--|--:|--:|--:|--:|
| 0 | 0.8 | 1 | 0.6 | 0.4 |
| 1 | 1 | 0.8 | 0 | 0.2 |
| 2 | 0 | 0.6 | 1 | 0.4 |
| 3 | 0.6 | 0.96 | 0.8 | **0.44** |

The answer is 3, with and without the inputs. Ask for $a$ = 0, $b$ = 2, $c$ = 3 instead,
and the scores are 0.56, −0.2, 1.2 and 0.84: if the inputs are allowed the answer is 2,
a word of the question; if they are excluded it is 1, the only one left.

If one of the three ids is not below `vocab_size`, or no candidate is left, return `false`
and leave `answer` alone. The three may be equal to one another: then `a`, `b` and `c`
exclude fewer rows.
*/

// *answer = the v with the greatest cos(wte[v], wte[b]) - cos(wte[v], wte[a])
//   + cos(wte[v], wte[c]);   of equal ones the smaller v;  exclude_inputs: v not a, b, c
//   wte [vocab_size][d_model]   cos 0 for a row of zeros
// false, and *answer untouched, if a, b or c is not below vocab_size, or no v is left
EXERCISE bool analogy(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                      uint32_t c, bool exclude_inputs, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)answer, (void)wte, (void)a, (void)b, (void)c, (void)exclude_inputs,
        (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="A famous question" set="ask"}
:::

(In the terminal this block comes before "Everybody's neighbour", which takes longer.)

### The rule of the game

There it is: king minus man plus woman is *king*. Queen is second. She becomes the
answer because it is the rule of the game that a word of the question is no answer: it
stood in the paper that made the sum famous [@mikolov2013, sec. 4], and in the code
[@word2veccode, `word-analogy.c`], and seldom in the texts that retell it [@nissim2020].

Is the rule unfair? It is not unreasonable: whoever asks for a fourth word does not want
the third one back. But it hides how far the arrow carried us. Perhaps it only stirred a
little around *king*, and the nearest *other* word took the prize. That has a control:
do not add the arrow at all, and answer with the nearest neighbour of the third word
alone [@linzen2016]. Here this says *prince*, so the arrow did turn the answer from a
man's word to a woman's.

The rule has made headlines, too. *Man is to doctor as woman is to nurse*: sums of this kind
were shown as proof that a table has learned our prejudices [@bolukbasi2016]. Ask it,
`ask="man doctor woman"`. The answer is *doctor*. *Nurse* comes second, and third would come
*physician*; without any arrow, next to *doctor*, they stand in the other order and hardly
apart (`word=doctor`). So the arrow did shift something, and there is something in the table to
be shifted. But the headline was written by the rule that *doctor* may not answer
[@nissim2020].

One question is an anecdote. `ask="paris france tokyo"` asks another: what is to *tokyo*
as *france* is to *paris*?

## Six families

Here are six families of pairs, 2,084 questions in all: each pair of a family asks for
each other pair. The columns say what share of the answers, in percent, was right.

- *excl*: the words of the question are excluded. This is how it is usually done.
- *allow*: all words are allowed.
- *is c*: all are allowed, and the answer is the third word: the arrow got nowhere.
- *near c*: no arrow at all, just the nearest neighbour of the third word.
- *b + c*: nothing is subtracted: near the second *and* the third word.
- *mixed*: the arrow leads to a wrong partner: from *france* to *rome*, say, laid on at
  *japan*. Is the answer *tokyo* still?

In *near c*, *b + c* and *mixed* the words of the question are excluded too. The last
column, *arrow*, comes later.

::: predict
*car* is to *cars* as *dog* is to … With the inputs excluded, "one and many" gets 82 %
right. What share is right when they are allowed? And which word is it that comes
instead?

:::: answer
[26.3]{.n section="Six families"} %; and what comes instead is the third word, *dog*.
::::
:::

::: {.output section="Six families" set="centre top"}
:::

![Right answers, family by family: inputs excluded, inputs allowed, and the nearest
neighbour of the third word alone. Look at the middle bars: in two families they nearly
vanish, and in one they do not shrink at
all.](figure:geometry-families){#fig-geometry-families}

### Line by line

Read it line by line, for the families do not tell the same story.

**"Country and people"**, *france* to *french*, is right every single time, allowed or
not, and the nearest neighbour alone gets [7.7]{.n section="Six families"} %. Here the
arrow is real, whatever it is made of.

**"Capital of country"** and **"he and she"** keep four fifths and two thirds of their
right answers when all words are allowed. But in the second of them the nearest
neighbour alone already gets [46.8]{.n section="Six families"} %: next to *uncle* lives
*aunt*. About half of the [89.7]{.n section="Six families"} % can be had without any
arrow.

**"One and many"** and **"more"** are the parlour trick. The usual table shows
[81.7]{.n section="Six families"} % and [87.1]{.n section="Six families"} %. If all
words are candidates it is [26.3]{.n section="Six families"} % and
[23.3]{.n section="Six families"} %, for [71.7]{.n section="Six families"} and
[71.9]{.n section="Six families"} times in a hundred the answer to questions like *car,
cars, dog* is *dog*. And the nearest neighbour alone gets
[38.3]{.n section="Six families"} % and [42.9]{.n section="Six families"} %.

**"Now and then"**, *go* to *went*, is the fair middle: hardly any neighbour is right by
itself ([6.2]{.n section="Six families"} %), so what is right is the arrow's work; yet
without the rule it is only [44.6]{.n section="Six families"} %.

And the mixed arrows? They are right far too often: [68.7]{.n section="Six families"} %
in "country and people", of all families. An arrow from *france* to *german* turns
*china* into *chinese* (`ask="france german china"`), and without it the nearest
neighbour is *beijing*. Nor is the minus always needed: *b + c* alone gets
[83.0]{.n section="Six families"} % there. (From eight seeds the mixed arrows get 65 to
72 % in this family and 25 to 60 % in the others.) So much of what an arrow says is only
which *kind* of word is wanted. Which one of the kind, the third word says itself.

::: belief
**"King − man + woman = queen."** A part of this trick is the rule that the three words of
the question may not answer, and the nearest neighbour of the third word does a part of
the rest [@linzen2016; @rogers2017]. How large they are depends on the family: without the
rule "country and people" loses nothing, and "more" nearly three quarters of its right
answers. A number for analogies without its controls says very little.
:::

## Why the third word wins

Can one say when the arrow will be long enough? One can, and the rule is short. Let $w$
be the row that is wanted, and let all four rows have length 1. It beats the third word
$c$ if $w \cdot q > c \cdot q$, with $q = b - a + c$. Take the difference:

$$\begin{aligned}
w \cdot q - c \cdot q &= (w - c) \cdot (b - a) \\
&\quad + (w - c) \cdot c \\
&= (w - c) \cdot (b - a) \\
&\quad - \tfrac12 |w - c|^2 .
\end{aligned}$$

The last step is $|w - c|^2 = 2 - 2 \, c \cdot w$, which holds for unit rows. So $w$
wins if the arrow that was given, $b - a$, goes *more than half of the way* along the
arrow that is needed, $w - c$. If the two arrows have equal lengths, this says: the
angle between them must be less than 60 degrees, its cosine more than one half.

![The arrow from a to b, laid on at c, ends at q. Whoever is nearer takes the answer: c
on the near side of the dashed line, w beyond it. The line stands half of the way from c
to w.](drawing:half-way){alt="Left, an arrow from a to b. Right, the same arrow laid on at
c; it ends at q. A second arrow leads from c to w. A dashed line crosses it in its
middle at a right angle. q lies a little on the side of c, so the answer is c, although
q points towards w."}

That is the column *arrow*: the mean cosine of the arrows of two pairs. It is
[0.81]{.n section="Six families"} in the family that is always right, 0.50 to 0.60 in
the ones in the middle, and [0.37]{.n section="Six families"} and
[0.40]{.n section="Six families"} in the two tricks. On average, two arrows from one
thing to many stand 68 degrees apart. That is worth noting: where chance alone rules it
would be 90. They do agree. They do not agree enough to arrive.

::: aside
The authors who took the arrow apart into three cosines also tried to multiply them
instead of adding, which they found to get more questions right [@levy2014linguistic].
The rule stays.
:::

Bring a family of your own: `pairs="one first two second three third"` wants pairs in a
row, up to 128 of them. And `seed=` mixes other arrows.

## Taking away more

The fourth sentence is a recipe. Subtract the mean, then remove from each row its parts
along the first few principal components, about as many as a hundredth of the
dimensions; so "all but the top" is left [@mu2018, alg. 1]. For us that would be one
component. The thought behind it: what all words share tells none of them apart.

Now we have a task. Here is the mean over the six families, inputs excluded, with the
top 0 to 10 components removed. And the control: remove two *random* directions instead,
eight times; the last line has the mean of that, the least and the most. If it does the same,
it is not the top that matters.

::: {.output section="All but the top"}
:::

It hurts. Not by much, but the control is clear: two random directions can go for next to
nothing, [0.857]{.n section="All but the top" at="random:2"} where the centred table has
[0.857]{.n section="All but the top" at="right :1"}, and none of eight tries comes down to
the [0.840]{.n section="All but the top"} of the top two. The long directions are *used*.
"Now and then" pays most: 72.9 % centred, 67.5 % without the top two (`centre=1`, then
`centre=1 top=2`); the capitals and "he and she" gain a little. `controls=1` prints the
whole grid. There the top one, two, three and ten lose more than any of eight random draws,
and the top five do not.

Centring alone changes little, from [0.862]{.n section="All but the top" at="not centred"}
to [0.857]{.n section="All but the top" at="right :1"}, and for the worse. One would think
it must help, since it takes the common part off. But look at $b - a$: in a difference the
common part has cancelled already.

This is one table, six families of common words, one measure. The authors of the recipe
measured other things, mostly how well cosines agree with people's judgements, and there
it helped. So the sentence should not be "it makes vectors better", and not "it makes
them worse". It is: *better for what?* `centre=1 top=2` shows all columns of the six
families for the table so treated.

## Turn the axes

The second sentence is left: each number of a row is a feature. In chapter 1 we made
such a table by hand, with "has a tail" for its first column, and warned you not to
expect a tail in column 17 of a learned one. Let us look at column 17.

What is a column? It is the reach of a row along one of a hundred axes. Who chose the
axes? Nobody; the training began with random numbers. We could have a look along other
axes. A **rotation** is a change to other axes of which each has length 1 and all stand
at right angles to each other; it is a matrix, and the rows of a table are turned by
multiplying with it. We met it in chapter 4, two numbers at a time, and in chapter 5 as
a question at the end.
*/

/*
## Exercise 7.5: rotate the rows {#rotate-rows .exercise}

Turn every row: `out` is the table times the matrix.

$$\mathrm{out}_{vj} = \sum_i E_{vi} \, R_{ij}$$

By hand: a matrix with the rows (0.6, 0.8) and (−0.8, 0.6), and the row (5, 10), give
$(5 \cdot 0.6 - 10 \cdot 0.8, \; 5 \cdot 0.8 + 10 \cdot 0.6)$ $= (-5, 10)$. The length of
the row is what it was: $25 + 100 = 125$ both times.

But make sure that the matrix is a rotation, for any other one would bend the angles.
Its *rows* must have length 1 and stand at right angles to each other. So take all dot
products of two rows: of a row with itself it must lie within 0.001 of 1, and of two
different rows within 0.001 of 0. If one does not, return `false` and leave `out` alone,
and also if the matrix holds a NaN. (A mirror passes this test as well, and may: it
keeps all angles too.)

Compute the sums in `double`. A table without rows, or with rows of no numbers, is
nothing to do; then nothing is asked of the matrix.
*/

// out[v][j] = sum over i of wte[v][i] * rotation[i][j]
//   out, wte [vocab_size][d_model]   rotation [d_model][d_model]   sums in double
// false, and out untouched, if for some i, k the sum over j of rotation[i][j] *
//   rotation[k][j] is a NaN or further than 0.001 from (i == k ? 1 : 0); sizes of 0: true
EXERCISE bool rotate_rows(float *out, const float *wte, const float *rotation,
                          size_t vocab_size, size_t d_model)
{
    // your code here
    (void)out, (void)wte, (void)rotation, (void)vocab_size, (void)d_model;
    return false;
}

/*
### Every number changes

The rotation is a random one: a hundred rows of dice, each made perpendicular to those
before it and brought to length 1. Below are the words with the largest numbers in
column 17, before the turn and after it, and what has become of everything that we have
measured.

::: predict
After the turn, every number of the table has changed. How many of the 2,084
questions get another answer?

:::: answer
None.
::::
:::

::: {.output section="Turn the axes"}
:::

[0]{.n section="Turn the axes"}. Not one question has another answer, and of the 300
most frequent words no two have another cosine, to six digits. Had the table come to you
like this, you could not have known. Whatever these rows say, they say it by how they
stand to each other, and a column says nothing: after the turn, column 17 is about
something else.

![Four rows and two pairs of axes. A number is what one reads off along an axis: turn
the axes and all numbers are others. The arrows have not moved, and neither have the
angles between them.](drawing:turned-axes){alt="Twice the same four arrows, cat, dog, apple and pear.
Left with upright axes: cat reads (0.80, 0.60). Right with turned axes: cat reads (0.99,
0.17). The angles between the arrows are the same in both."}

But column 17 *did* begin with a theme, did it not? Universe, space, quantum … So does
the turned one: whatever column one looks at, its largest words have something in
common, for words that reach far along the same direction are alike. The small table
measures it: the mean cosine among the eight largest words of a column. It is
[0.277]{.n section="Turn the axes"} for GloVe's own axes, against
[0.171]{.n section="What all rows have in common"} for any two words, and turned axes
have as much. A theme in a column is no discovery. It is found wherever one looks.

::: belief
**"Each dimension is a feature, such as *has a tail*."** A table may *contain* a
direction along which tails grow. That it should be one of the axes, there is no reason:
the loss with which GloVe was trained sees dot products only [@pennington2014, eq. 8],
and a rotation of both its tables changes none of them.
:::

### A trace of the axes

Is there really no trace of the axes? Perhaps a faint one. The last column of the small
table asks how often a column has very large numbers (its *kurtosis*, which is 0 for a normal
distribution). GloVe's axes have [0.236]{.n section="Turn the axes"}, and the eight
turned tables [0.205]{.n section="Turn the axes"} at most; of 64 (`seed=1` to `seed=8`)
one comes as far as 0.235. There would be a suspect. GloVe was trained with Adagrad
[@pennington2014, sec. 4.2], which gives each number a rate of its own, so that it knows
the axes that the loss does not; in transformers such traces are plain to see, and their
finders suspect Adam, which does likewise [@elhage2023]. Chapter 6 shows what these
optimizers do. Whether it is so here, one would have to train to find out.

So what *do* directions and angles mean? An angle says how far two words can stand in
for each other, opposites included, and how common both are. A direction can mean a
relation, to the extent that many pairs share it, and that can be measured. And an axis
means nothing, or next to nothing.

## The same search, faster {#faster}

A plain answer to exercise 7.1 looks at a million numbers for each list. That is a
millisecond or a few; for ten thousand lists, with other things to do, it is too long.
Three things can be prepared once, for all lists to come.

*Lengths.* Divide each row by its length, and the cosine of two rows is their dot product.
No root is left to take, and one sum instead of two.
*/

// carried over from chapter 5
static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}
// end of what was carried over

// unit[v] = wte[v] / |wte[v]|; a row of zeros stays one
static void unit_rows(float *unit, const float *wte, size_t vocab_size, size_t d)
{
    for (size_t v = 0; v < vocab_size; v++) {
        const float *row = wte + v * d;
        double length = sqrt(dot(row, row, d));
        for (size_t i = 0; i < d; i++)
            unit[v * d + i] = length > 0.0 ? (float)((double)row[i] / length) : 0.0f;
    }
}

/*
*One sum, again.* A dot product adds everything into one number, and each addition waits
for the one before it (chapter 1). So lay 32 rows side by side, number $i$ of all 32
next to each other. Then the walk over $i$ feeds 32 sums at once, and none waits.

*Eight at a time.* A number, once loaded, can serve eight lists instead of one. That is
the tile of chapter 3.
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
// end of what was carried over

enum { LANES = 32, AT_ONCE = 16 };

// Unit rows, 32 side by side: numbers[panel][i][lane] is number i of row 32 panel + lane.
// Behind the last row come zeros.
struct panels {
    float *unit;    // [vocab_size][d_model] the same, row by row
    float *numbers; // [n_panels][d_model][LANES]
    size_t vocab_size, n_panels, d_model;
};

static struct panels open_panels(const float *wte, size_t vocab_size, size_t d)
{
    struct panels p = {.vocab_size = vocab_size, .d_model = d};
    p.n_panels = (vocab_size + LANES - 1) / LANES;
    p.unit = allocate(vocab_size * d, sizeof(float));
    p.numbers = allocate(p.n_panels * LANES * d, sizeof(float));
    unit_rows(p.unit, wte, vocab_size, d);
    for (size_t v = 0; v < vocab_size; v++)
        for (size_t i = 0; i < d; i++)
            p.numbers[(v / LANES * d + i) * LANES + v % LANES] = p.unit[v * d + i];
    return p;
}

static void close_panels(struct panels *p)
{
    free(p->unit);
    free(p->numbers);
}

// scores[q][v] = queries[q] . unit[v] for sixteen queries; a panel stays in the nearest cache
// while all of them pass over it
//   scores [AT_ONCE][n_panels * LANES]   queries [AT_ONCE][d_model]
static void score_many(float *scores, const float *queries, const struct panels *p)
{
    const size_t n = p->n_panels * LANES, d = p->d_model;
    for (size_t panel = 0; panel < p->n_panels; panel++) {
        float out[AT_ONCE * LANES];
        product(out, queries, d, 1, p->numbers + panel * LANES * d, AT_ONCE, d);
        for (size_t q = 0; q < AT_ONCE; q++)
            memcpy(scores + q * n + panel * LANES, out + q * LANES, LANES * sizeof *out);
    }
}

// the same for one query
static void score_one(float *scores, const float *query, const struct panels *p)
{
    for (size_t panel = 0; panel < p->n_panels; panel++) {
        const float *numbers = p->numbers + panel * LANES * p->d_model;
        float sum[LANES] = {0};
        for (size_t i = 0; i < p->d_model; i++)
            for (size_t c = 0; c < LANES; c++)
                sum[c] += query[i] * numbers[i * LANES + c];
        memcpy(scores + panel * LANES, sum, sizeof sum);
    }
}

// top[k] = the k-th greatest of scores, k from 0, row `skip` left out; returns how many
static size_t best_rows(uint32_t *top, const float *scores, size_t n_top, size_t n_rows,
                        size_t skip)
{
    size_t n = 0;
    for (size_t v = 0; v < n_rows; v++) {
        if (v == skip || (n == n_top && !(scores[v] > scores[top[n - 1]])))
            continue;
        size_t k = n < n_top ? n++ : n - 1;
        for (; k > 0 && scores[v] > scores[top[k - 1]]; k--)
            top[k] = top[k - 1];
        top[k] = (uint32_t)v;
    }
    return n;
}

/*
`build/07_geometry bench` says what this gains on your machine. On the one that built this
page a list of neighbours came down to well under a millisecond, not much more than it takes
to read the table once.

## What you can now explain

- Why *cold* is a neighbour of *hot*, and what the cosine takes for likeness.
- What all rows of a table have in common, how the mean of 50 million cosines is found
  from one sum, and what the common part has to do with frequency.
- What a hub is, and three tables that show where hubs come from.
- How power iteration finds the longest directions, and why a map of two of them is a
  poor map.
- What an analogy's score is, which controls belong to it, and when the third word wins:
  if the arrow goes less than half of the way.
- Why removing the longest directions can hurt.
- Why a rotation changes every number and no answer, and why a theme in a column proves
  nothing.

## Three questions to think about

::: think
Multiply every row by a factor of its own, between 1 and 10. Which results of this
chapter stay exactly as they are?

:::: answer
All that rests on cosines of the rows as they are: the neighbours, opposites and
synonyms, the hubs of the uncentred table, the analogies. A row that is ten times as
long has the same direction. The mean row changes, for long rows count more in it, and
with it everything after centring, and so do the principal components.
::::
:::

::: think
A friend tells you that his analogies are 80 % right, inputs excluded, and that each of
his families consists of words that are far from all other words of the language. What
would you ask?

:::: answer
How often he would be right by guessing within the family. If the words of a family are
near each other and far from everything else, the score has few candidates: with 10
pairs there are 17 words besides the three of the question. A mixed arrow shows how much
of the 80 % is only "some word of the right kind", and the nearest neighbour of $c$ how
much is there without any arrow.
::::
:::

::: think
In the six families the rows are divided by their lengths first. Suppose that $b$ is
much longer than $a$ and $c$, and nobody divides. What do you expect of $b - a + c$?

:::: answer
It points nearly where $b$ points: its nearest row is $b$ itself, and if that is
excluded, a neighbour of $b$. The arrow $b - a$ then is not the step from one meaning to
the other but mostly $b$. It matters most where the lengths differ most.
::::
:::

## What to read next

- Pennington, Socher and Manning [-@pennington2014] derive GloVe from one thought: ratios of
  counts carry meaning.
- Linzen [-@linzen2016] proposes the control by the third word, in six pages that every
  user of analogies should read; Rogers, Drozd and Li [-@rogers2017] go on from there.
- Mu and Viswanath [-@mu2018] give the recipe of "Taking away more", with the
  experiments in which it helps.
- Radovanović, Nanopoulos and Ivanović [-@radovanovic2010] are the place to go for hubs.
- Chapter 8 trains such a table itself, and shows that it is a table of counts in disguise.
*/

/*
## Behind the scenes

You can stop reading here. What follows reads tables, shows and draws, and asks the
questions of the six families; nothing in it is new.
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
    fputs("07_geometry: ", stderr);
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

/*
## Reading a table

Two layouts are in use. word2vec's binary one is a line with the two sizes, and then
each word, a space, its numbers as they lie in memory (least byte first), and perhaps
the end of a line. Text is a word and its numbers in each line; word2vec writes a line
with the two sizes before them and GloVe does not. What a file claims is not believed:
room is made as rows arrive, and whatever is not as it should be leaves a sentence in `why`.

A table may have up to 4 GB. How long a file is, C can say if one can jump to its end, and if
a `long` can count so far; then a larger one is refused at once. From a pipe, or where a `long`
has 32 bits, it is refused when so many bytes have come.
*/

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

/*
## Tables that lie

A reader that refuses what its author thought of is half a reader. `build/07_geometry
hostile=100000` makes a hundred thousand tables that nobody thought of: it takes a small good
one, of either layout, turns, drops, doubles or replaces some of its bytes, writes large
numbers over small ones, and reads what has become of it. What is not refused must be a table:
every word a word, every number a number. The course's own tests run this with a compiler that
watches every access to memory.
*/

enum { MAX_FILE = 4096 };

static uint64_t draw_below(uint64_t n, uint64_t *rng)
{
    return (uint64_t)(next_uniform(rng) * (double)n);
}

static void insert(uint8_t *bytes, size_t *n, size_t at, const void *what, size_t length)
{
    if (*n + length > MAX_FILE)
        return;
    memmove(bytes + at + length, bytes + at, *n - at);
    memcpy(bytes + at, what, length);
    *n += length;
}

// what a format is made of, and what may be too much for a reader of it
struct blows {
    const char *signs, *const *texts;
    size_t n_signs, n_texts;
};

// One blow: a bit is turned, a piece is dropped or doubled, or something is put in its place.
static void strike(uint8_t *bytes, size_t *n, const struct blows *blows, uint64_t *rng)
{
    const size_t at = (size_t)draw_below(*n, rng);
    const size_t some = 1 + (size_t)draw_below(24, rng);
    const size_t length = some < *n - at ? some : *n - at;
    const char *text = blows->texts[draw_below(blows->n_texts, rng)];
    uint8_t piece[24];
    memcpy(piece, bytes + at, length);
    switch (draw_below(6, rng)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << draw_below(8, rng));
        break;
    case 1:
        bytes[at] = (uint8_t)blows->signs[draw_below(blows->n_signs, rng)];
        break;
    case 2:
        memmove(bytes + at, bytes + at + length, *n - at - length);
        *n -= length;
        break;
    case 3:
        insert(bytes, n, (size_t)draw_below(*n + 1, rng), piece, length);
        break;
    case 4:
        insert(bytes, n, at, text, strlen(text));
        break;
    default: // the digit of a number becomes another one
        for (size_t k = at; k < *n; k++)
            if (bytes[k] >= '0' && bytes[k] <= '9') {
                bytes[k] = (uint8_t)('0' + draw_below(10, rng));
                break;
            }
    }
}

// word2vec's two layouts, and GloVe's; the binary one holds 1, -2, 0.5, 0.1 and two numbers
// that are next to nothing
static const char good_binary[] = "3 2\nthe \0\0\x80\x3f\0\0\0\xc0\nof "
                                  "\0\0\0\x3f\xcd\xcc\xcc\x3d\ncat \1\0\0\0\0\0\0\x80\n";
static const char good_sized[] = "3 2\nthe 1 -2\nof 0.5 1e-1\ncat 1e-45 -0.\n";
static const char good_text[] = "the 1 -2\nof 0.5 .1\nnew york 3 4\r\ncat 1e-45 -0\n";

// what was read is a table: each word has letters, and each number is one
static bool is_table(const struct table *t, size_t most_rows)
{
    size_t at = 0;
    for (size_t v = 0; v < t->vocab_size; v++) {
        const size_t length = strlen(t->letters + at);
        if (t->starts[v] != at || length == 0 || length > MAX_WORD)
            return false;
        at += length + 1;
        for (size_t i = 0; i < t->d_model; i++)
            if (!isfinite(t->wte[v * t->d_model + i]))
                return false;
    }
    return t->vocab_size == (t->n_in_file < most_rows ? t->n_in_file : most_rows);
}

static bool is_read(const uint8_t *bytes, size_t n, size_t most_rows)
{
    struct growing g = {.most_rows = most_rows};
    // (no byte more than there are, so that what watches the memory sees their end)
    struct reader r = {.block = malloc(n > 0 ? n : 1), .end = n};
    if (!r.block)
        give_up(1, "there is no room for a table of %zu bytes", n);
    memcpy(r.block, bytes, n);
    const bool good = read_rows(&g, &r);
    if (good && !is_table(&g.table, most_rows))
        give_up(1, "something was read that is no table");
    free(r.block);
    free(r.line);
    free(g.row);
    close_table(&g.table);
    return good;
}

static void show_hostile(uint64_t n_files, uint64_t seed)
{
    static const char signs[] = "0123456789+-.eEnaif \t\r\n\xff";
    static char word[MAX_WORD + 1]; // one letter more makes it too long
    const char *const texts[] = {
        "18446744073709551615", "4294967296", "99999", "1e39", "nan", "\n\n", " 1 ",
        word + MAX_WORD - 250,  word};
    const struct blows blows = {signs, texts, sizeof signs, sizeof texts / sizeof *texts};
    static const char *const good[3] = {good_binary, good_sized, good_text};
    static const size_t sizes[3] = {sizeof good_binary - 1, sizeof good_sized - 1,
                                    sizeof good_text - 1};
    uint8_t bytes[MAX_FILE];
    uint64_t rng = seed, n_read = 0;
    memset(word, 'a', MAX_WORD);
    heading("Tables that nobody thought of");
    for (uint64_t k = 0; k < n_files; k++) {
        size_t n = sizes[k % 3];
        memcpy(bytes, good[k % 3], n);
        for (uint64_t left = 1 + draw_below(4, &rng); left > 0 && n > 0; left--)
            strike(bytes, &n, &blows, &rng);
        n_read += is_read(bytes, n, 1 + (size_t)draw_below(4, &rng));
    }
    printf("%" PRIu64 " tables: %" PRIu64 " read, %" PRIu64 " refused\n", n_files, n_read,
           n_files - n_read);
}

/*
## Words and lists of words
*/

enum { SHOWN = 14, MAX_PAIRS = 128, MAX_TOP = 50 };

static const uint32_t NO_WORD = UINT32_MAX; // not in the table

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

// a word as it may stand in a terminal: 14 letters of it, and no control characters
static const char *shown(char out[4 * SHOWN + 4], const char *word)
{
    size_t n = 0, letters = 0;
    for (; word[n] && n < 4 * SHOWN; n++) {
        const unsigned char c = (unsigned char)word[n];
        letters += (c & 0xC0) != 0x80;
        if (letters > SHOWN)
            break;
        out[n] = (char)(c < ' ' || c == 0x7F ? '?' : c);
    }
    out[n] = '\0';
    return out;
}

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

static void put_words(size_t *column, const struct table *table, const uint32_t *top,
                      size_t n)
{
    char word[4 * SHOWN + 4];
    for (size_t k = 0; k < n; k++)
        put_part(column, shown(word, word_of(table, top[k])));
    printf("\n");
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

// What whoever started the program has chosen, and what all sections look at.
struct lab {
    struct table table;
    struct panels panels; // of the table as it is
    float *centred;       // NULL: exercise 7.2 is not written
    float *mean;          // [d_model] of the whole table
    float *scores;        // [AT_ONCE][n_panels * LANES]
    uint64_t seed;
    size_t n_nearest, axis, n_top, n_random;
    bool centre;
    const char *word, *ask, *pairs;
};

static float *room_for_scores(const struct panels *p)
{
    return allocate(AT_ONCE * p->n_panels * LANES, sizeof(float));
}

/*
## Neighbours
*/

static void show_table(const struct lab *lab)
{
    const struct table *t = &lab->table;
    char a[48], b[48];
    const uint32_t cat = find_word(t, "cat", 3), dog = find_word(t, "dog", 3);
    const uint32_t apple = find_word(t, "apple", 5), first = 0;
    const size_t d = t->d_model;
    heading("A real table");
    size_t column =
        (size_t)printf("%s of %s rows of %zu; row 0:", with_commas(a, t->vocab_size),
                       with_commas(b, t->n_in_file), d);
    put_words(&column, t, &first, 1);
    if (cat == NO_WORD || dog == NO_WORD || apple == NO_WORD)
        return;
    const float *unit = lab->panels.unit;
    printf("cat:");
    for (size_t i = 0; i < d && i < 3; i++)
        printf(" %.5f", (double)t->wte[cat * d + i]);
    printf(" ...\nits cosine with dog %.3f, apple %.3f\n",
           dot(unit + cat * d, unit + dog * d, d),
           dot(unit + cat * d, unit + apple * d, d));
}

// false: the exercise is not written
static bool show_neighbours_of(const struct lab *lab, const char *word, bool cosines_too)
{
    const struct table *t = &lab->table;
    uint32_t nearest[MAX_TOP] = {0};
    double cosines[MAX_TOP] = {0};
    char text[4 * SHOWN + 4], part[4 * SHOWN + 16];
    const uint32_t row = find_word(t, word, strlen(word));
    size_t column = 0;
    snprintf(part, sizeof part, "%s:", shown(text, word));
    if (row == NO_WORD) {
        printf("%s the table does not have it\n", part);
        return true;
    }
    if (!nearest_rows(nearest, cosines, t->wte, row, lab->n_nearest, t->vocab_size,
                      t->d_model))
        return false;
    put_part(&column, part);
    for (size_t k = 0; k < lab->n_nearest; k++) {
        const char *near = shown(text, word_of(t, nearest[k]));
        snprintf(part, sizeof part, cosines_too ? "%s %.3f" : "%s", near, cosines[k]);
        put_part(&column, part);
    }
    printf("\n");
    return true;
}

static void show_neighbours(const struct lab *lab)
{
    const char *const words[4] = {"hot", "king", "two", lab->word};
    heading("Neighbours");
    size_t n = 0;
    while (n < 4 && show_neighbours_of(lab, words[n], n == 3))
        n++;
    if (n < 4)
        waits_for("7.1", "nearest_rows");
}

// the place of row `other` among the neighbours of `row`, from 1
static size_t place_among(const struct lab *lab, uint32_t row, uint32_t other)
{
    const struct panels *p = &lab->panels;
    score_one(lab->scores, p->unit + row * p->d_model, p);
    size_t place = 1;
    for (size_t v = 0; v < p->vocab_size; v++)
        place += v != row && lab->scores[v] > lab->scores[other];
    return place;
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

// each word of a pair looks for its partner, or for that of the pair `shift` places on
static void show_places(const struct lab *lab, const char *name,
                        const struct pairs *pairs, size_t shift)
{
    size_t places[2 * MAX_PAIRS], n = 0, first = 0, ten = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        const size_t other = (k + shift) % pairs->n;
        places[n++] = place_among(lab, pairs->first[k], pairs->second[other]);
        places[n++] = place_among(lab, pairs->second[k], pairs->first[other]);
    }
    for (size_t k = 0; k < n; k++) {
        first += places[k] == 1;
        ten += places[k] <= 10;
    }
    if (n == 0) {
        printf("%-15s not in the table\n", name);
        return;
    }
    qsort(places, n, sizeof *places, compare_sizes);
    printf("%-15s%6zu%7zu%7zu%7zu\n", name, n, places[n / 2], first, ten);
}

static void show_opposites(const struct lab *lab)
{
    const struct pairs other = find_pairs(&lab->table, opposites);
    const struct pairs same = find_pairs(&lab->table, synonyms);
    struct pairs both = other;
    for (size_t k = 0; k < same.n; k++) {
        both.first[both.n] = same.first[k];
        both.second[both.n++] = same.second[k];
    }
    heading("Opposites and synonyms");
    printf("%-15s%6s%7s%7s%7s\n", "partner's place", "words", "middle", "first",
           "in ten");
    show_places(lab, "opposites", &other, 0);
    show_places(lab, "synonyms", &same, 0);
    show_places(lab, "of other words", &both, 7);
}

/*
## The mean, and hubs
*/

// the mean cosine of rows first to last with a vector
static double lean(const struct panels *p, const float *with, size_t first, size_t last)
{
    double sum = 0.0, length = sqrt(dot(with, with, p->d_model));
    for (size_t v = first; v <= last; v++)
        sum += dot(p->unit + v * p->d_model, with, p->d_model);
    return length > 0.0 ? sum / length / (double)(last - first + 1) : 0.0;
}

static double mean_of_lengths(const struct table *t)
{
    double sum = 0.0;
    for (size_t v = 0; v < t->vocab_size; v++)
        sum += sqrt(dot(t->wte + v * t->d_model, t->wte + v * t->d_model, t->d_model));
    return sum / (double)t->vocab_size;
}

static double mean_cosine_of(const float *wte, size_t n_rows, size_t d)
{
    float *unit = allocate(n_rows * d, sizeof *unit);
    unit_rows(unit, wte, n_rows, d);
    const double mean = mean_cosine(unit, n_rows, d);
    free(unit);
    return mean;
}

static void centre_table(struct lab *lab)
{
    const struct table *t = &lab->table;
    lab->mean = allocate(t->d_model, sizeof(float));
    lab->centred = allocate(t->vocab_size * t->d_model, sizeof(float));
    if (center_rows(lab->centred, lab->mean, t->wte, t->vocab_size, t->d_model))
        return;
    free(lab->centred);
    lab->centred = NULL;
}

static void show_mean(const struct lab *lab)
{
    const struct panels *p = &lab->panels;
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    heading("What all rows have in common");
    printf("mean cosine of two: %.3f", mean_cosine(p->unit, n, d));
    if (!lab->centred) {
        printf("\ncentred: ");
        waits_for("7.2", "center_rows");
        return;
    }
    printf(", centred %.3f\n", fabs(mean_cosine_of(lab->centred, n, d)));
    printf("length: the mean row %.2f, a row %.2f\n", sqrt(dot(lab->mean, lab->mean, d)),
           mean_of_lengths(&lab->table));
    printf("cosine with it: to rank 100 %.2f", lean(p, lab->mean, 0, 99));
    if (n > 1000)
        printf(",\n  to 1,000 %.2f", lean(p, lab->mean, 100, 999));
    if (n > 5000)
        printf(", to 5,000 %.2f, then %.2f", lean(p, lab->mean, 1000, 4999),
               lean(p, lab->mean, 5000, n - 1));
    printf("\n");
}

enum { MOST_HUB_ROWS = 5000, LIST = 10, N_HUB_TABLES = 4 };

// counts[v]: in how many of the lists of ten nearest row v stands
static void count_lists(uint32_t *counts, const float *wte, size_t n_rows, size_t d)
{
    struct panels p = open_panels(wte, n_rows, d);
    float *scores = room_for_scores(&p), *queries = allocate(AT_ONCE * d, sizeof(float));
    memset(counts, 0, n_rows * sizeof *counts);
    for (size_t v = 0; v < n_rows; v += AT_ONCE) {
        const size_t n = n_rows - v < AT_ONCE ? n_rows - v : AT_ONCE;
        memcpy(queries, p.unit + v * d, n * d * sizeof *queries);
        score_many(scores, queries, &p);
        for (size_t q = 0; q < n; q++) {
            uint32_t top[LIST];
            const size_t n_top =
                best_rows(top, scores + q * p.n_panels * LANES, LIST, n_rows, v + q);
            for (size_t k = 0; k < n_top; k++)
                counts[top[k]]++;
        }
    }
    free(queries);
    free(scores);
    close_panels(&p);
}

// the mean cube of the deviations, in units of the standard deviation
static double skewness(const uint32_t *counts, size_t n)
{
    double square = 0.0, cube = 0.0;
    for (size_t v = 0; v < n; v++) {
        const double x = (double)counts[v] - LIST;
        square += x * x;
        cube += x * x * x;
    }
    square /= (double)n;
    return square > 0.0 ? cube / (double)n / (square * sqrt(square)) : 0.0;
}

// each column in a random order of its own
static void shuffle_columns(float *out, const float *wte, size_t n_rows, size_t d,
                            uint64_t *rng)
{
    memcpy(out, wte, n_rows * d * sizeof *out);
    for (size_t i = 0; i < d; i++)
        for (size_t v = n_rows - 1; v > 0; v--) {
            const size_t other = (size_t)(next_uniform(rng) * (double)(v + 1));
            const float kept = out[v * d + i];
            out[v * d + i] = out[other * d + i];
            out[other * d + i] = kept;
        }
}

static int compare_counts(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x < *y) - (*x > *y);
}

// a line of the table; then the counts are sorted, the largest first
static void show_hubs_of(const char *name, uint32_t *counts, size_t n)
{
    size_t never = 0;
    qsort(counts, n, sizeof *counts, compare_counts);
    for (size_t v = 0; v < n; v++)
        never += counts[v] == 0;
    printf("%-11s%11u%9.1f %%%9.2f\n", name, counts[0], 100.0 * (double)never / (double)n,
           skewness(counts, n));
}

// the shuffled table without its mean: is it the mean that makes its hubs?
static void show_centred_hubs(const float *rows, size_t n, size_t d)
{
    float *centred = allocate(n * d, sizeof *centred), *mean = allocate(d, sizeof *mean);
    uint32_t *counts = allocate(n, sizeof *counts);
    if (center_rows(centred, mean, rows, n, d)) {
        count_lists(counts, centred, n, d);
        printf("%-11s%31.2f\n", "and centred", skewness(counts, n));
    }
    free(counts);
    free(mean);
    free(centred);
}

static void plot_hubs(uint32_t *const counts[N_HUB_TABLES], size_t n)
{
    FILE *figure = open_figure("geometry-hubs");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: How popular the most popular rows are\n"
                    "# x: rows, the most popular first\n# y: lists of ten it stands in\n"
                    "# xscale: log\n# zero: yes\nx\ttable\tcentred\tshuffled\tdice\n");
    for (size_t v = 0; v < n; v += 1 + v / 6)
        fprintf(figure, "%zu\t%u\t%u\t%u\t%u\n", v + 1, counts[0][v], counts[1][v],
                counts[2][v], counts[3][v]);
    fclose(figure);
}

static void show_hubs(const struct lab *lab)
{
    static const char *const names[N_HUB_TABLES] = {"the table", "centred", "shuffled",
                                                    "dice"};
    const size_t all = lab->table.vocab_size, d = lab->table.d_model;
    const size_t n = all < MOST_HUB_ROWS ? all : MOST_HUB_ROWS;
    uint64_t rng = lab->seed;
    float *made = allocate(n * d, sizeof *made);
    uint32_t *counts[N_HUB_TABLES];
    heading("Everybody's neighbour");
    printf("%22s%11s%9s\n", "most lists", "in no list", "skewness");
    for (size_t k = 0; k < N_HUB_TABLES; k++) {
        const float *wte = k == 0 ? lab->table.wte : k == 1 ? lab->centred : made;
        if (k == 2)
            shuffle_columns(made, lab->table.wte, n, d, &rng);
        if (k == 3)
            fill_normal(made, n * d, 1.0f, &rng);
        counts[k] = allocate(n, sizeof **counts);
        if (wte) {
            count_lists(counts[k], wte, n, d);
            show_hubs_of(names[k], counts[k], n);
            if (k == 2)
                show_centred_hubs(made, n, d);
        } else {
            printf("%-11s ", names[k]);
            waits_for("7.2", "center_rows");
        }
    }
    if (lab->centred)
        plot_hubs(counts, n);
    for (size_t k = 0; k < N_HUB_TABLES; k++)
        free(counts[k]);
    free(made);
}

/*
## Principal components

Your function walks through the table twice in each round. For more than two components it
is cheaper to make one matrix of $d \times d$ numbers first, the mean of
$E_{vi} E_{vj}$ over all rows, and to push the vector through that: it is the same sum in
another order.
*/

enum { MOST_COMPONENTS = 20, MOST_ROUNDS = 2000, YOUR_ROUNDS = 60, MOST_WIDTH = 1024 };

struct directions {
    size_t n;
    double *u;                         // [n][d_model]
    double share[MOST_COMPONENTS + 1]; // of the whole variance
};

static double dot_double(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// out[i][j] = mean over v of wte[v][i] * wte[v][j]
static double *second_moments(const float *wte, size_t n_rows, size_t d)
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

// takes the parts along n unit vectors off, and makes what is left a unit vector
static double make_unit(double *u, const double *others, size_t n, size_t d)
{
    for (size_t k = 0; k < n; k++) {
        const double part = dot_double(u, others + k * d, d);
        for (size_t i = 0; i < d; i++)
            u[i] -= part * others[k * d + i];
    }
    const double length = sqrt(dot_double(u, u, d));
    for (size_t i = 0; i < d; i++)
        u[i] = length > 0.0 ? u[i] / length : 0.0;
    return length;
}

static void random_vector(double *u, size_t d, uint64_t *rng)
{
    float x;
    for (size_t i = 0; i < d; i++) {
        fill_normal(&x, 1, 1.0f, rng);
        u[i] = (double)x;
    }
}

static struct directions find_directions(const float *centred, size_t n_rows, size_t d,
                                         uint64_t *rng)
{
    struct directions all = {.n = d < MOST_COMPONENTS ? d : MOST_COMPONENTS};
    double *moments = second_moments(centred, n_rows, d), whole = 0.0;
    double *next = allocate(d, sizeof *next);
    all.u = allocate(all.n * d, sizeof *all.u);
    for (size_t i = 0; i < d; i++)
        whole += moments[i * d + i];
    for (size_t k = 0; k < all.n; k++) {
        double *u = all.u + k * d, variance = 0.0, agreement = 0.0;
        random_vector(u, d, rng);
        make_unit(u, all.u, k, d);
        for (int round = 0; round < MOST_ROUNDS && agreement < 1.0 - 1e-15; round++) {
            for (size_t i = 0; i < d; i++)
                next[i] = dot_double(moments + i * d, u, d);
            variance = make_unit(next, all.u, k, d);
            agreement = dot_double(next, u, d);
            memcpy(u, next, d * sizeof *u);
        }
        all.share[k] = whole > 0.0 ? variance / whole : 0.0;
    }
    free(next);
    free(moments);
    return all;
}

// The two that your function finds: are they the same, but for their signs?
static bool your_directions(const struct lab *lab, const struct directions *all,
                            bool *same)
{
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    float *found = allocate(2 * d, sizeof *found), variances[2];
    double *room = allocate(d, sizeof *room);
    uint64_t rng = lab->seed;
    fill_normal(found, 2 * d, 1.0f, &rng);
    const bool written =
        principal_components(found, variances, room, lab->centred, 2, YOUR_ROUNDS, n, d);
    *same = true;
    for (size_t k = 0; k < 2; k++) {
        double agreement = 0.0;
        for (size_t i = 0; i < d; i++)
            agreement += (double)found[k * d + i] * all->u[k * d + i];
        *same = *same && fabs(agreement) > 0.999;
    }
    free(room);
    free(found);
    return written;
}

// places[v][k] = row v . component k, for the first two
static float *on_the_map(const struct lab *lab, const struct directions *all)
{
    const size_t d = lab->table.d_model;
    float *places = allocate(2 * lab->table.vocab_size, sizeof *places);
    for (size_t v = 0; v < lab->table.vocab_size; v++)
        for (size_t k = 0; k < 2; k++) {
            double sum = 0.0;
            for (size_t i = 0; i < d; i++)
                sum += (double)lab->centred[v * d + i] * all->u[k * d + i];
            places[2 * v + k] = (float)sum;
        }
    return places;
}

// the words that reach farthest along a direction, and farthest against it
static void show_ends(const struct lab *lab, const float *places, size_t k)
{
    const size_t n = lab->table.vocab_size;
    float *reach = allocate(n, sizeof *reach);
    for (int end = 0; end < 2; end++) {
        uint32_t top[4];
        size_t column = 0;
        for (size_t v = 0; v < n; v++)
            reach[v] = (end ? -1.0f : 1.0f) * places[2 * v + k];
        const size_t n_top = best_rows(top, reach, 4, n, n);
        put_part(&column, end ? "against:" : k ? "second:" : "first:");
        put_words(&column, &lab->table, top, n_top);
    }
    free(reach);
}

// nearness[v] = minus the squared distance of rows v and `row`
static void nearness(float *out, const float *rows, size_t row, size_t n_rows, size_t d)
{
    for (size_t v = 0; v < n_rows; v++) {
        float sum = 0.0f;
        for (size_t i = 0; i < d; i++) {
            const float gap = rows[v * d + i] - rows[row * d + i];
            sum += gap * gap;
        }
        out[v] = -sum;
    }
}

// of the ten rows nearest to a row, how many are among its ten nearest on the map
static double kept_on_the_map(const struct lab *lab, const float *places)
{
    const size_t n = lab->table.vocab_size;
    float *near = allocate(n, sizeof *near);
    size_t n_kept = 0, n_tried = 0;
    for (size_t row = 0; row < n; row += n / 100) {
        uint32_t in_table[LIST], in_map[LIST];
        nearness(near, lab->centred, row, n, lab->table.d_model);
        best_rows(in_table, near, LIST, n, row);
        nearness(near, places, row, n, 2);
        best_rows(in_map, near, LIST, n, row);
        for (size_t k = 0; k < LIST * LIST; k++)
            n_kept += in_table[k / LIST] == in_map[k % LIST];
        n_tried++;
    }
    free(near);
    return (double)n_kept / (double)n_tried;
}

static const char on_map[] = "france paris french japan tokyo japanese china beijing "
                             "chinese germany berlin german russia moscow russian";

static void plot_map(const struct lab *lab, const float *places)
{
    static const char *const groups[3] = {"country", "capital", "people"};
    const char *list = on_map;
    FILE *figure = open_figure("geometry-map");
    if (!figure)
        return;
    fprintf(figure, "# kind: scatter\n# title: Words in the two longest directions\n"
                    "# x: first component\n# y: second component\nx\ty\tlabel\tgroup\n");
    for (size_t v = 0; v < lab->table.vocab_size; v += 20)
        fprintf(figure, "%.3f\t%.3f\t\tother words\n", (double)places[2 * v],
                (double)places[2 * v + 1]);
    for (size_t k = 0; k < 15; k++) {
        size_t length;
        const char *word = next_word(&list, &length);
        const uint32_t v = find_word(&lab->table, word, length);
        if (v != NO_WORD)
            fprintf(figure, "%.3f\t%.3f\t%.*s\t%s\n", (double)places[2 * v],
                    (double)places[2 * v + 1], k < 6 ? (int)length : 0, word,
                    groups[k % 3]);
    }
    fclose(figure);
}

static void show_directions(const struct lab *lab, const struct directions *all)
{
    bool same = true;
    heading("The longest directions");
    if (!lab->centred || all->n == 0 || !your_directions(lab, all, &same)) {
        lab->centred ? waits_for("7.3", "principal_components")
                     : waits_for("7.2", "center_rows");
        return;
    }
    float *places = on_the_map(lab, all);
    printf("variance in %%, %s:", same ? "as yours" : "NOT as yours");
    for (size_t k = 0; k < all->n && k < 3; k++)
        printf(" %.2f", 100.0 * all->share[k]);
    printf("\n");
    show_ends(lab, places, 0);
    show_ends(lab, places, 1);
    printf("the map: %.1f %%, %.2f of ten neighbours\n",
           100.0 * (all->share[0] + all->share[1]), kept_on_the_map(lab, places));
    plot_map(lab, places);
    free(places);
}

/*
## Questions
*/

struct question {
    uint32_t a, b, c, wanted;
};

// what one can ask of a question: b - a + c, c alone, or b + c
enum form { ARROW, THIRD_ALONE, NO_MINUS };

struct share {
    double excluded, allowed, is_c;
};

static void make_query(float *query, const struct question *question, enum form form,
                       const struct panels *p)
{
    const size_t d = p->d_model;
    const float *a = p->unit + question->a * d, *b = p->unit + question->b * d;
    const float *c = p->unit + question->c * d;
    for (size_t i = 0; i < d; i++)
        query[i] =
            (form == THIRD_ALONE ? 0.0f : b[i]) - (form == ARROW ? a[i] : 0.0f) + c[i];
}

// the greatest of the scores; of equal ones the first. Each of 32 lanes keeps its
// own, so that no comparison waits for the one before it.
static uint32_t best_row(const float *scores, size_t n_rows)
{
    float most[LANES];
    uint32_t rows[LANES] = {0}, best;
    for (size_t l = 0; l < LANES; l++)
        most[l] = -INFINITY;
    for (uint32_t v = 0; v + LANES <= n_rows; v += LANES)
        for (uint32_t l = 0; l < LANES; l++) {
            rows[l] = scores[v + l] > most[l] ? v + l : rows[l];
            most[l] = scores[v + l] > most[l] ? scores[v + l] : most[l];
        }
    best = rows[0];
    for (size_t l = 1; l < LANES; l++)
        if (scores[rows[l]] > scores[best] ||
            (scores[rows[l]] == scores[best] && rows[l] < best))
            best = rows[l];
    for (size_t v = n_rows / LANES * LANES; v < n_rows; v++)
        best = scores[v] > scores[best] ? (uint32_t)v : best;
    return best;
}

// the answers to n questions: the best row without their words, and the best of all
static void answer_all(uint32_t *without, uint32_t *with,
                       const struct question *questions, size_t n, enum form form,
                       const struct panels *p)
{
    const size_t d = p->d_model;
    float *scores = room_for_scores(p), *queries = allocate(AT_ONCE * d, sizeof(float));
    for (size_t k = 0; k < n; k += AT_ONCE) {
        const size_t n_now = n - k < AT_ONCE ? n - k : AT_ONCE;
        for (size_t q = 0; q < n_now; q++)
            make_query(queries + q * d, &questions[k + q], form, p);
        score_many(scores, queries, p);
        for (size_t q = 0; q < n_now; q++) {
            const struct question *asked = &questions[k + q];
            float *of_q = scores + q * p->n_panels * LANES;
            with[k + q] = best_row(of_q, p->vocab_size);
            of_q[asked->a] = of_q[asked->b] = of_q[asked->c] = -INFINITY;
            without[k + q] = best_row(of_q, p->vocab_size);
        }
    }
    free(queries);
    free(scores);
}

static struct share ask_all(const struct question *questions, size_t n, enum form form,
                            const struct panels *p)
{
    struct share share = {0};
    const double one = 1.0 / (double)n;
    uint32_t *without = allocate(n, sizeof *without), *with = allocate(n, sizeof *with);
    answer_all(without, with, questions, n, form, p);
    for (size_t k = 0; k < n; k++) {
        share.excluded += without[k] == questions[k].wanted ? one : 0.0;
        share.allowed += with[k] == questions[k].wanted ? one : 0.0;
        share.is_c += with[k] == questions[k].c ? one : 0.0;
    }
    free(with);
    free(without);
    return share;
}

// each pair asks for each other pair; mixed: the arrow leads to a third pair's second word
static size_t make_questions(struct question *questions, const struct pairs *pairs,
                             uint64_t *mixed)
{
    size_t n = 0;
    for (size_t i = 0; i < pairs->n; i++)
        for (size_t k = 0; k < pairs->n; k++) {
            size_t j = i;
            while (mixed && pairs->n > 2 && (j == i || j == k))
                j = (size_t)(next_uniform(mixed) * (double)pairs->n);
            if (i != k)
                questions[n++] = (struct question){pairs->first[i], pairs->second[j],
                                                   pairs->first[k], pairs->second[k]};
        }
    return n;
}

// the mean cosine of the arrows b - a and wanted - c
static double parallel(const struct question *questions, size_t n, const struct panels *p)
{
    const size_t d = p->d_model;
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        const struct question *q = &questions[k];
        double both = 0.0, given = 0.0, needed = 0.0;
        for (size_t i = 0; i < d; i++) {
            const double x =
                (double)p->unit[q->b * d + i] - (double)p->unit[q->a * d + i];
            const double y =
                (double)p->unit[q->wanted * d + i] - (double)p->unit[q->c * d + i];
            both += x * y;
            given += x * x;
            needed += y * y;
        }
        sum += given * needed > 0.0 ? both / sqrt(given * needed) : 0.0;
    }
    return sum / (double)n;
}

enum { N_FAMILIES = 6, MAX_QUESTIONS = MAX_PAIRS * MAX_PAIRS };

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

// the table as it is, or centred, and without its n longest directions
static struct panels treated(const struct lab *lab, bool centre, const double *u,
                             size_t n)
{
    const size_t d = lab->table.d_model, n_rows = lab->table.vocab_size;
    float *rows = allocate(n_rows * d, sizeof *rows);
    memcpy(rows, centre ? lab->centred : lab->table.wte, n_rows * d * sizeof *rows);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t k = 0; k < n; k++) {
            double part = 0.0;
            for (size_t i = 0; i < d; i++)
                part += (double)rows[v * d + i] * u[k * d + i];
            for (size_t i = 0; i < d; i++)
                rows[v * d + i] = (float)((double)rows[v * d + i] - part * u[k * d + i]);
        }
    struct panels panels = open_panels(rows, n_rows, d);
    free(rows);
    return panels;
}

static void show_nearest(const struct lab *lab, const float *scores, double length)
{
    const struct panels *p = &lab->panels;
    uint32_t top[4];
    char word[4 * SHOWN + 4], part[4 * SHOWN + 16];
    const size_t n = best_rows(top, scores, 4, p->vocab_size, p->vocab_size);
    size_t column = 0;
    put_part(&column, "nearest to the point:");
    for (size_t k = 0; k < n; k++) {
        snprintf(part, sizeof part, "%s %.3f", shown(word, word_of(&lab->table, top[k])),
                 (double)scores[top[k]] / length);
        put_part(&column, part);
    }
    printf("\n");
}

static void show_answer(const struct lab *lab, const struct question *q)
{
    const struct panels *p = &lab->panels;
    const struct table *t = &lab->table;
    uint32_t answers[2] = {0}, third = 0;
    float *query = allocate(p->d_model, sizeof *query);
    double cosine = 0.0;
    char word[4 * SHOWN + 4], part[4 * SHOWN + 24];
    size_t column = 0;
    make_query(query, q, ARROW, p);
    score_one(lab->scores, query, p);
    show_nearest(lab, lab->scores, sqrt(dot(query, query, p->d_model)));
    free(query);
    if (!analogy(&answers[0], t->wte, q->a, q->b, q->c, false, t->vocab_size,
                 t->d_model) ||
        !analogy(&answers[1], t->wte, q->a, q->b, q->c, true, t->vocab_size,
                 t->d_model)) {
        waits_for("7.4", "analogy");
        return;
    }
    snprintf(part, sizeof part, "the answer: %s;",
             shown(word, word_of(t, answers[0] % t->vocab_size)));
    put_part(&column, part);
    if (nearest_rows(&third, &cosine, t->wte, q->c, 1, t->vocab_size, t->d_model)) {
        snprintf(part, sizeof part, "no arrow at all: %s",
                 shown(word, word_of(t, third % t->vocab_size)));
        put_part(&column, part);
    }
    printf("\nnone of the question: %s\n",
           shown(word, word_of(t, answers[1] % t->vocab_size)));
}

static void show_question(const struct lab *lab)
{
    const char *list = lab->ask;
    char text[4 * SHOWN + 4];
    uint32_t ids[3];
    heading("A famous question");
    for (size_t k = 0; k < 3; k++) {
        size_t length;
        const char *word = next_word(&list, &length);
        ids[k] = find_word(&lab->table, word, length);
        if (ids[k] == NO_WORD) {
            printf("the table does not have \"%s\"\n", shown(text, word));
            return;
        }
    }
    show_answer(lab, &(struct question){ids[0], ids[1], ids[2], 0});
}

// Asks your function four questions of a family, and compares: true if it answers alike.
static bool answers_alike(const struct lab *lab, const struct question *questions,
                          size_t n)
{
    const struct table *t = &lab->table;
    uint32_t without[4], with[4], answer = 0;
    struct question four[4];
    for (size_t k = 0; k < 4; k++)
        four[k] = questions[k * (n - 1) / 3];
    answer_all(without, with, four, 4, ARROW, &lab->panels);
    for (size_t k = 0; k < 8; k++) {
        const struct question *q = &four[k / 2];
        if (!analogy(&answer, t->wte, q->a, q->b, q->c, k % 2 == 0, t->vocab_size,
                     t->d_model) ||
            answer != (k % 2 == 0 ? without : with)[k / 2])
            return false;
    }
    return true;
}

// what the program found of a family
struct result {
    const char *name;
    size_t n; // questions; 0: the table has too few of its words
    bool alike;
    struct share arrow, alone, no_minus, mixed;
    double cosine;
};

static struct result ask_family(const struct lab *lab, const struct family *family,
                                const struct panels *p, struct question *questions)
{
    const struct pairs pairs = find_pairs(&lab->table, family->words);
    struct result r = {.name = family->name};
    uint64_t rng = lab->seed;
    if (pairs.n < 2)
        return r;
    r.n = make_questions(questions, &pairs, NULL);
    r.alike = answers_alike(lab, questions, r.n);
    r.arrow = ask_all(questions, r.n, ARROW, p);
    r.alone = ask_all(questions, r.n, THIRD_ALONE, p);
    r.no_minus = ask_all(questions, r.n, NO_MINUS, p);
    r.cosine = parallel(questions, r.n, p);
    make_questions(questions, &pairs, &rng);
    r.mixed = ask_all(questions, r.n, ARROW, p);
    return r;
}

// two tables, one below the other: side by side a telephone would cut them off
static void print_families(const struct result *results, size_t n)
{
    printf("%-18s%6s%6s%6s%6s\n", "right answers in %", "asked", "excl", "allow", "is c");
    for (const struct result *r = results; r < results + n; r++)
        if (r->n == 0)
            printf("%-18s too few of its words\n", r->name);
        else
            printf("%-18s%6zu%6.1f%6.1f%6.1f%s\n", r->name, r->n,
                   100.0 * r->arrow.excluded, 100.0 * r->arrow.allowed,
                   100.0 * r->arrow.is_c, r->alike ? "" : "\n  NOT as yours");
    printf("%-18s%6s%6s%6s%6s\n", "", "near c", "b + c", "mixed", "arrow");
    for (const struct result *r = results; r < results + n; r++)
        if (r->n > 0)
            printf("%-18s%6.1f%6.1f%6.1f%6.2f\n", r->name, 100.0 * r->alone.excluded,
                   100.0 * r->no_minus.excluded, 100.0 * r->mixed.excluded, r->cosine);
}

static void plot_families(const struct result *results, size_t n)
{
    FILE *figure = open_figure("geometry-families");
    if (!figure)
        return;
    fprintf(figure, "# kind: bars\n# title: Right answers to six families of questions\n"
                    "# x: family\n# y: right answers (%%)\n# zero: yes\n"
                    "label\tinputs excluded\tinputs allowed\tneighbour of c\n");
    for (const struct result *r = results; r < results + n; r++)
        if (r->n > 0)
            fprintf(figure, "%s\t%.1f\t%.1f\t%.1f\n", r->name, 100.0 * r->arrow.excluded,
                    100.0 * r->arrow.allowed, 100.0 * r->alone.excluded);
    fclose(figure);
}

static bool analogy_is_written(void)
{
    const float rows[4] = {1.0f, 2.0f, 3.0f, 4.0f};
    uint32_t answer;
    return analogy(&answer, rows, 0, 1, 2, true, 4, 1);
}

static void show_families(const struct lab *lab, const struct directions *all)
{
    struct question *questions = allocate(MAX_QUESTIONS, sizeof *questions);
    const size_t n_top = lab->n_top < all->n ? lab->n_top : all->n;
    struct panels p = treated(lab, lab->centre, all->u, n_top);
    const struct family yours = {"your pairs", lab->pairs};
    struct result results[N_FAMILIES + 1];
    size_t n = 0;
    for (size_t k = 0; k < N_FAMILIES; k++)
        results[n++] = ask_family(lab, &families[k], &p, questions);
    if (*yours.words)
        results[n++] = ask_family(lab, &yours, &p, questions);
    print_families(results, n);
    plot_families(results, N_FAMILIES);
    close_panels(&p);
    free(questions);
}

// the mean of the families' shares of right answers, inputs excluded
static double families_right(const struct lab *lab, const struct panels *p)
{
    struct question *questions = allocate(MAX_QUESTIONS, sizeof *questions);
    double sum = 0.0;
    size_t n_families = 0;
    for (size_t k = 0; k < N_FAMILIES; k++) {
        const struct pairs pairs = find_pairs(&lab->table, families[k].words);
        if (pairs.n < 2)
            continue;
        const size_t n = make_questions(questions, &pairs, NULL);
        sum += ask_all(questions, n, ARROW, p).excluded;
        n_families++;
    }
    free(questions);
    return n_families > 0 ? sum / (double)n_families : 0.0;
}

static double right_without(const struct lab *lab, bool centre, const double *u, size_t n)
{
    struct panels p = treated(lab, centre, u, n);
    const double right = families_right(lab, &p);
    close_panels(&p);
    return right;
}

enum { N_TRIES = 8, N_TOPS = 6 };

// n random directions removed instead of the longest, eight times
static void show_random_loss(const struct lab *lab, size_t n)
{
    const size_t d = lab->table.d_model;
    double *u = allocate(n * d, sizeof *u), mean = 0.0, least = INFINITY, most = 0.0;
    uint64_t rng = lab->seed;
    for (size_t k = 0; k < N_TRIES; k++) {
        for (size_t i = 0; i < n; i++) {
            random_vector(u + i * d, d, &rng);
            make_unit(u + i * d, u, i, d);
        }
        const double right = right_without(lab, true, u, n);
        mean += right / N_TRIES;
        least = right < least ? right : least;
        most = right > most ? right : most;
    }
    printf("without %zu random: %.3f (%.3f to %.3f)\n", n, mean, least, most);
    free(u);
}

static void show_top(const struct lab *lab, const struct directions *all, bool grid)
{
    static const size_t tops[N_TOPS] = {0, 1, 2, 3, 5, 10};
    printf("right answers, centred, and without\n%-6s", "top");
    for (size_t k = 0; k < N_TOPS; k++)
        printf("%6zu", tops[k]);
    printf("\n%-6s", "right");
    for (size_t k = 0; k < N_TOPS; k++)
        printf("%6.3f",
               right_without(lab, true, all->u, tops[k] < all->n ? tops[k] : all->n));
    printf("\n");
    if (!grid)
        printf("not centred: %.3f\n", right_without(lab, false, NULL, 0));
    for (size_t k = 1; k < N_TOPS; k++)
        if (grid || tops[k] == 2)
            show_random_loss(lab, tops[k] < lab->table.d_model ? tops[k] : 1);
}

/*
## Axes
*/

enum { COLUMN_TOP = 8 };

// the words with the largest numbers in a column
static size_t top_of_column(uint32_t top[COLUMN_TOP], const float *rows, size_t column,
                            size_t n_rows, size_t d, float *room)
{
    for (size_t v = 0; v < n_rows; v++)
        room[v] = rows[v * d + column];
    return best_rows(top, room, COLUMN_TOP, n_rows, n_rows);
}

// the mean cosine, in the table as it is, among the eight largest words of a column
static double theme(const struct lab *lab, const float *rows)
{
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    const float *unit = lab->panels.unit;
    float *room = allocate(n, sizeof *room);
    double sum = 0.0;
    for (size_t column = 0; column < d; column++) {
        uint32_t top[COLUMN_TOP];
        top_of_column(top, rows, column, n, d, room);
        for (size_t k = 0; k < COLUMN_TOP; k++)
            for (size_t j = 0; j < k; j++)
                sum += dot(unit + top[k] * d, unit + top[j] * d, d);
    }
    free(room);
    return sum / (double)(d * COLUMN_TOP * (COLUMN_TOP - 1) / 2);
}

// the mean over the columns of (mean fourth power) / (mean square)^2 - 3, rows centred
static double kurtosis(const float *rows, size_t n_rows, size_t d)
{
    double sum = 0.0;
    for (size_t i = 0; i < d; i++) {
        double mean = 0.0, square = 0.0, fourth = 0.0;
        for (size_t v = 0; v < n_rows; v++)
            mean += (double)rows[v * d + i] / (double)n_rows;
        for (size_t v = 0; v < n_rows; v++) {
            const double x = (double)rows[v * d + i] - mean;
            square += x * x;
            fourth += x * x * x * x;
        }
        sum += square > 0.0 ? fourth * (double)n_rows / (square * square) - 3.0 : 0.0;
    }
    return sum / (double)d;
}

// a matrix whose rows have length 1 and stand at right angles to each other
static float *random_rotation(size_t d, uint64_t *rng)
{
    double *u = allocate(d * d, sizeof *u);
    float *rotation = allocate(d * d, sizeof *rotation);
    for (size_t i = 0; i < d; i++) {
        random_vector(u + i * d, d, rng);
        make_unit(u + i * d, u, i, d);
        make_unit(u + i * d, u, i, d); // once more: the first time rounds
    }
    for (size_t k = 0; k < d * d; k++)
        rotation[k] = (float)u[k];
    free(u);
    return rotation;
}

// the same as rotate_rows, along the rows of the matrix, and without the check
static void rotate_fast(float *out, const float *wte, const float *rotation,
                        size_t n_rows, size_t d)
{
    memset(out, 0, n_rows * d * sizeof *out);
    for (size_t v = 0; v < n_rows; v++)
        for (size_t i = 0; i < d; i++) {
            const float x = wte[v * d + i];
            for (size_t j = 0; j < d; j++)
                out[v * d + j] += x * rotation[i * d + j];
        }
}

struct range {
    double mean, least, most;
};

static void add_to_range(struct range *range, double x, size_t n_tries, bool first)
{
    range->mean += x / (double)n_tries;
    range->least = first || x < range->least ? x : range->least;
    range->most = first || x > range->most ? x : range->most;
}

// eight turned tables: how much of a theme, and how many large numbers, do columns have?
static void measure_turned(const struct lab *lab, struct range *themes,
                           struct range *tails)
{
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    float *turned = allocate(n * d, sizeof *turned);
    uint64_t rng = lab->seed;
    for (size_t k = 0; k < N_TRIES; k++) {
        float *rotation = random_rotation(d, &rng);
        rotate_fast(turned, lab->table.wte, rotation, n, d);
        add_to_range(themes, theme(lab, turned), N_TRIES, k == 0);
        add_to_range(tails, kurtosis(turned, n, d), N_TRIES, k == 0);
        free(rotation);
    }
    free(turned);
}

// the largest difference of the cosines of two tables, over pairs of the first 300 rows
static double largest_change(const float *a, const float *b, size_t n_rows, size_t d)
{
    const size_t n = n_rows < 300 ? n_rows : 300;
    double largest = 0.0;
    for (size_t v = 0; v < n; v++)
        for (size_t w = 0; w < v; w++) {
            const double change =
                fabs(dot(a + v * d, a + w * d, d) - dot(b + v * d, b + w * d, d));
            largest = change > largest ? change : largest;
        }
    return largest;
}

// how many answers to the six families differ, inputs excluded or not
static size_t count_changed(const struct lab *lab, const struct panels *other,
                            size_t *n_all)
{
    struct question *questions = allocate(MAX_QUESTIONS, sizeof *questions);
    uint32_t *answers = allocate(4 * (size_t)MAX_QUESTIONS, sizeof *answers);
    size_t n_changed = 0;
    *n_all = 0;
    for (size_t k = 0; k < N_FAMILIES; k++) {
        const struct pairs pairs = find_pairs(&lab->table, families[k].words);
        const size_t n = make_questions(questions, &pairs, NULL), m = MAX_QUESTIONS;
        answer_all(answers, answers + m, questions, n, ARROW, &lab->panels);
        answer_all(answers + 2 * m, answers + 3 * m, questions, n, ARROW, other);
        for (size_t q = 0; q < n; q++)
            n_changed +=
                answers[q] != answers[2 * m + q] || answers[m + q] != answers[3 * m + q];
        *n_all += n;
    }
    free(answers);
    free(questions);
    return n_changed;
}

static void show_column(const struct lab *lab, const char *name, const float *rows)
{
    const size_t n = lab->table.vocab_size;
    uint32_t top[COLUMN_TOP];
    float *room = allocate(n, sizeof *room);
    const size_t n_top = top_of_column(top, rows, lab->axis, n, lab->table.d_model, room);
    size_t column = (size_t)printf("column %zu, %s:", lab->axis, name);
    put_words(&column, &lab->table, top, n_top < 6 ? n_top : 6);
    free(room);
}

static void show_turned(const struct lab *lab, const float *turned)
{
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    struct panels p = open_panels(turned, n, d);
    struct range themes = {0}, tails = {0};
    size_t n_all;
    char number[48];
    measure_turned(lab, &themes, &tails);
    show_column(lab, "turned", turned);
    printf("%-10s%16s%16s\n", "columns", "cosine of top 8", "kurtosis");
    printf("%-10s%16.3f%16.3f\n", "as it is", theme(lab, lab->table.wte),
           kurtosis(lab->table.wte, n, d));
    printf("%d turned%8.3f to %.3f%8.3f to %.3f\n", N_TRIES, themes.least, themes.most,
           tails.least, tails.most);
    const size_t n_changed = count_changed(lab, &p, &n_all);
    printf("changed: %zu of %s answers, %s\n", n_changed, with_commas(number, n_all),
           largest_change(lab->panels.unit, p.unit, n, d) < 1e-6 ? "no cosine"
                                                                 : "COSINES");
    close_panels(&p);
}

static void show_axes(const struct lab *lab)
{
    const size_t n = lab->table.vocab_size, d = lab->table.d_model;
    float *turned = allocate(n * d, sizeof *turned);
    uint64_t rng = lab->seed;
    float *rotation = random_rotation(d, &rng);
    heading("Turn the axes");
    show_column(lab, "as it is", lab->table.wte);
    if (rotate_rows(turned, lab->table.wte, rotation, n, d))
        show_turned(lab, turned);
    else
        waits_for("7.5", "rotate_rows");
    free(rotation);
    free(turned);
}

/*
## The bench
*/

static void report(const char *what, double ratio, bool at_least, double want)
{
    bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-52s ~%-7.2f want %s %-5g %s\n", what, ratio, at_least ? ">=" : "<=", want,
           ok ? "ok" : "missed");
}

// seconds to read the panels once, and do next to nothing with them
static double time_reading(const struct panels *p)
{
    const size_t n = p->n_panels * p->d_model * LANES;
    double best = INFINITY;
    volatile float kept = 0.0f;
    for (int round = 0; round < 40; round++) {
        float sum[LANES] = {0};
        const double start = seconds();
        for (size_t k = 0; k < n; k += LANES)
            for (size_t c = 0; c < LANES; c++)
                sum[c] += p->numbers[k + c];
        const double spent = seconds() - start;
        kept = kept + sum[0];
        best = spent < best ? spent : best;
    }
    return best;
}

// seconds for a list of ten neighbours, prepared rows
static double time_list(const struct lab *lab)
{
    const struct panels *p = &lab->panels;
    double best = INFINITY;
    for (size_t round = 0; round < 40; round++) {
        uint32_t top[LIST];
        const size_t row = round * 97 % p->vocab_size;
        const double start = seconds();
        score_one(lab->scores, p->unit + row * p->d_model, p);
        best_rows(top, lab->scores, LIST, p->vocab_size, row);
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

// seconds for a list by your function; NAN: it is not written
static double time_your_list(const struct lab *lab)
{
    const struct table *t = &lab->table;
    double best = INFINITY;
    for (uint32_t round = 0; round < 5; round++) {
        uint32_t top[LIST];
        double cosines[LIST];
        const double start = seconds();
        if (!nearest_rows(top, cosines, t->wte, round, LIST, t->vocab_size, t->d_model))
            return (double)NAN;
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

// multiplications and additions a second of the tile, with everything in the nearest cache
static double tile_speed(void)
{
    enum { N = 64 };
    float a[8 * N], b[N * LANES], out[8 * LANES];
    double best = INFINITY;
    volatile float kept = 0.0f;
    uint64_t rng = 1;
    fill_normal(a, 8 * N, 1.0f, &rng);
    fill_normal(b, N * LANES, 1.0f, &rng);
    for (int round = 0; round < 40; round++) {
        const double start = seconds();
        for (size_t k = 0; k < 1000; k++) {
            product(out, a, N, 1, b, 8, N);
            a[k % (8 * N)] += 1e-9f * out[k % (8 * LANES)];
        }
        const double spent = seconds() - start;
        kept = kept + out[0];
        best = spent < best ? spent : best;
    }
    return 1000.0 * 8 * LANES * N / best;
}

// Seconds for the six families: the best of five for each 64 questions, so that what else the
// machine does in between hardly counts.
static double time_families(const struct lab *lab, size_t *n_questions)
{
    enum { PIECE = 64 };
    struct question *questions = allocate(MAX_QUESTIONS, sizeof *questions);
    double sum = 0.0;
    *n_questions = 0;
    for (size_t f = 0; f < N_FAMILIES; f++) {
        const struct pairs pairs = find_pairs(&lab->table, families[f].words);
        const size_t n = make_questions(questions, &pairs, NULL);
        for (size_t k = 0; k < n; k += PIECE) {
            double best = INFINITY;
            for (int round = 0; round < 5; round++) {
                const double start = seconds();
                (void)ask_all(questions + k, n - k < PIECE ? n - k : PIECE, ARROW,
                              &lab->panels);
                const double spent = seconds() - start;
                best = spent < best ? spent : best;
            }
            sum += best;
        }
        *n_questions += n;
    }
    free(questions);
    return sum;
}

static void show_bench(const struct lab *lab)
{
    const struct panels *p = &lab->panels;
    const double list = time_list(lab), reading = time_reading(p);
    size_t n_questions;
    const double yours = time_your_list(lab), all = time_families(lab, &n_questions);
    const double work = (double)n_questions * (double)p->vocab_size * (double)p->d_model;
    heading("Benchmarks of chapter 7");
    printf("ten neighbours among %zu rows ~%.2f ms; the six families ~%.2f s\n",
           p->vocab_size, 1e3 * list, all);
    report("time of a list / reading the table once", list / reading, false, 6);
    report("speed of the families / the tile in the nearest cache",
           work / all / tile_speed(), true, 0.1);
    report("ten neighbours among 10,000 rows, in ms",
           1e3 * list * 1e6 / (double)(p->vocab_size * p->d_model), false, 2);
    report("the six families over 10,000 rows, in s", all * 2.084e9 / work, false, 1);
    if (isnan(yours))
        waits_for("7.1", "nearest_rows");
    else
        printf("exercise 7.1 takes ~%.1f ms for ten neighbours, ~%.0f times as long\n",
               1e3 * yours, yours / list);
}

/*
## What you can change

The program takes settings: `build/07_geometry word=guitar k=12`, for example. Each has
a row in the table below, and `build/07_geometry settings` prints them. The numbers in
the text are those of the defaults.
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
    {"word", "text", "bank", 1, 60, "a word whose neighbours are shown"},
    {"k", "whole", "5", 1, MAX_TOP, "how many neighbours a list shows"},
    {"ask", "text", "man woman king", 5, 200,
     "an analogy: first is to second as third is to ..."},
    {"pairs", "text", "", 0, 2000,
     "a family of your own: pairs of words, one after the other"},
    {"axis", "whole", "17", 0, MAX_WIDTH - 1, "the column whose largest words are shown"},
    {"centre", "whole", "0", 0, 1, "1: the families are asked of the centred table"},
    {"top", "whole", "0", 0, MOST_COMPONENTS,
     "components removed before the families are asked"},
    {"seed", "whole", "1", 1, 1000000,
     "for the dice, the shuffles, mixed arrows and rotations"},
    {"rows", "whole", "10000", LEAST_ROWS, 10000000,
     "the first rows of a table that are looked at"},
    {"controls", "whole", "0", 0, 1, "1: only the grid of \"Taking away more\""},
    {"hostile", "whole", "0", 0, 1000000000, "read so many hostile tables, and stop"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static size_t count_words(const char *list)
{
    size_t n = 0, length = 1;
    for (; length > 0; n += length > 0)
        (void)next_word(&list, &length);
    return n;
}

static struct lab read_choice(char **args)
{
    struct lab lab = {
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .n_nearest = (size_t)setting_number(settings, args, "k"),
        .axis = (size_t)setting_number(settings, args, "axis"),
        .n_top = (size_t)setting_number(settings, args, "top"),
        .centre = setting_number(settings, args, "centre") > 0.0,
        .word = setting_text(settings, args, "word"),
        .ask = setting_text(settings, args, "ask"),
        .pairs = setting_text(settings, args, "pairs"),
    };
    const size_t n_pairs = count_words(lab.pairs);
    if (count_words(lab.ask) != 3)
        give_up(2, "ask= takes three words, as in ask=\"man woman king\"");
    if (n_pairs % 2 != 0 || n_pairs == 2 || n_pairs > 2 * MAX_PAIRS)
        give_up(2, "pairs= takes 2 to %d pairs of words, one after the other", MAX_PAIRS);
    return lab;
}

// all that has to do with the longest directions
static void show_questions(const struct lab *lab, bool only_grid)
{
    uint64_t rng = lab->seed;
    const struct table *t = &lab->table;
    const bool narrow = t->d_model <= MOST_WIDTH;
    struct directions all = {0};
    if (lab->centred && narrow)
        all = find_directions(lab->centred, t->vocab_size, t->d_model, &rng);
    if (!only_grid) {
        show_directions(lab, &all);
        heading("Six families");
        if (!analogy_is_written())
            waits_for("7.4", "analogy");
        else if (!lab->centred && (lab->centre || lab->n_top > 0))
            waits_for("7.2", "center_rows");
        else
            show_families(lab, &all);
    }
    heading("All but the top");
    if (!analogy_is_written() || !lab->centred)
        waits_for(lab->centred ? "7.4" : "7.2", lab->centred ? "analogy" : "center_rows");
    else
        show_top(lab, &all, only_grid);
    free(all.u);
}

static void show_chapter(const struct lab *lab, bool only_grid)
{
    if (!only_grid) {
        show_table(lab);
        show_neighbours(lab);
        show_opposites(lab);
        show_mean(lab);
        show_question(lab); // before what takes longer
        show_hubs(lab);
    }
    show_questions(lab, only_grid);
    if (!only_grid)
        show_axes(lab);
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    struct lab lab = read_choice(args);
    const uint64_t n_hostile = (uint64_t)setting_number(settings, args, "hostile");
    if (n_hostile > 0) {
        show_hostile(n_hostile, lab.seed);
        return 0;
    }
    const char *path = getenv("TABLE");
    lab.table =
        open_table(path && *path ? path : "chapters/data/glove/glove_100d_10000.bin",
                   (size_t)setting_number(settings, args, "rows"));
    if (lab.axis >= lab.table.d_model)
        give_up(2, "axis=%zu: the columns of this table are 0 to %zu", lab.axis,
                lab.table.d_model - 1);
    lab.panels = open_panels(lab.table.wte, lab.table.vocab_size, lab.table.d_model);
    lab.scores = room_for_scores(&lab.panels);
    centre_table(&lab);
    if (asks_for_bench(args))
        show_bench(&lab);
    else
        show_chapter(&lab, setting_number(settings, args, "controls") > 0.0);
    free(lab.scores);
    free(lab.centred);
    free(lab.mean);
    close_panels(&lab.panels);
    close_table(&lab.table);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="7.1"}
If you look at the rows one by one and keep the best that you have seen in order: where
does a new one belong, and which one falls out at the end?
:::

::: {.hint exercise="7.1"}
The new cosine s goes in front of all kept ones that are smaller than s, and behind those
that are greater or equal. Since the ids come in rising order, equal cosines then stand in
the order of their ids.
:::

::: {.hint exercise="7.1"}
Refuse first: row >= vocab_size, or n_nearest > vocab_size - 1. Write a small function
for the cosine of two rows in double. Loop over v, skip v == row. Keep a count n of rows
kept. Start at place k = n (or at n_nearest - 1, if n == n_nearest and s is greater than
the last one; if it is not, skip v). While k > 0 and cosines[k - 1] < s, move place k -
1 to place k, and go one down. Write s and v to place k.
:::

::: {.hint exercise="7.2"}
All numbers of one column share one mean. Can you finish one column before you look at the
next?
:::

::: {.hint exercise="7.2"}
$m = \frac{1}{V} \sum_v \mathrm{wte}[v d + i]$ in double; then
$\mathrm{out}[v d + i]$ $= (\mathrm{float})(\mathrm{wte}[v d + i] - m)$ and
$\mathrm{mean}[i] = (\mathrm{float}) m$.
:::

::: {.hint exercise="7.2"}
Return false if vocab_size is 0. Loop over the columns i. Inside, a first loop over v
adds up the column in a double and divides by vocab_size; a second loop over v converts
the number to double, subtracts, and converts the difference to float. Then write
mean[i], rounded.
:::

::: {.hint exercise="7.3"}
Which of the three parts of a round needs the old u, and may you write the new one
before it is done?
:::

::: {.hint exercise="7.3"}
room[i] = (1 / V) sum over v of p[v] wte[v][i], where p[v] = sum over j of wte[v][j]
u[j]. So one walk over the rows will do: compute p for a row, then add p times the row
to room.
:::

::: {.hint exercise="7.3"}
Refuse the bad sizes. For each component k, n_steps times: set room to 0; for each row
v, compute p in double and add p * wte[v][i] / vocab_size to room[i]; for each earlier
component e, compute room . e and subtract that times e from room; compute the length of
room, and write room[i] / length to u (0 if the length is 0). After the rounds, one more
walk over the rows adds up p * p / vocab_size: that is variances[k].
:::

::: {.hint exercise="7.4"}
How many cosines does one candidate need, and which of the three words are they with?
:::

::: {.hint exercise="7.4"}
score(v) = cos(v, b) - cos(v, a) + cos(v, c), each cosine by the formula of exercise
7.1. The answer is the v with the greatest score.
:::

::: {.hint exercise="7.4"}
Refuse an id that is not below vocab_size. Loop over v; skip it if exclude_inputs is
true and v is a, b or c. Compute the score in double. Keep v if it is the first
candidate, or if its score is strictly greater than the best so far; do not begin with a
best score of 0, since all may be negative. If no candidate was found, return false;
otherwise write the answer, at the very end.
:::

::: {.hint exercise="7.5"}
What does a matrix have to be so that it changes no angle, and what does a comparison
with a NaN say?
:::

::: {.hint exercise="7.5"}
For all i and k: sum over j of r[i][j] r[k][j] must be within 0.001 of 1 (i equal to k)
or of 0 (i not equal to k). Ask whether it *is* within, and refuse if not: a NaN is
within nothing.
:::

::: {.hint exercise="7.5"}
If vocab_size is 0, return true. First all pairs of rows i and k of the matrix: a double
sum of products, and return false unless fabs(sum - (i == k ? 1 : 0)) <= 0.001. Then
three loops: v, j, and inside i, with a double sum of wte[v][i] * rotation[i][j], that
is stored as a float.
:::
*/
