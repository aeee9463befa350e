/*
# What else is a row? {#beyond}

A token is a row: we have said so for twelve chapters. But people speak of embeddings of
sentences, of pictures and of proteins, and nobody has a table with a row for every
sentence. There would be no end to it, and most rows would never be read. [So where do the rows of
a sentence, a picture or a protein come from, and which of them is still a lookup?]{.teaser}

This last chapter makes rows for all three, from what you have. The row of a *sentence* is made
of the rows of its words, and with it we build a small search that looks through a novel for
what you mean and not for the words that you use. It will succeed in a way that delights, and
it will fail in a way that the usual examples hide. The row of a *patch* of a picture is its
pixels times a matrix. The row of a *residue*, a link in the chain of a protein, comes out of a
table that biologists made in 1992, and that turns out to be an old friend. And at the end all
of them stand in one table of four lines, beside the token of chapter 1.

![The same product three times: a row of numbers times a table. Look at the left of each: a
token has a single 1, a sentence has shares that add up to 1, a patch has any numbers
whatever.](drawing:three-inputs){alt="Three rows of six cells, each in front of the same table
of six rows. In the first, the token, one cell is 1 and the others 0, and one row of the table
is marked. In the second, the sentence, three cells are one third, and three rows are marked.
In the third, the patch, all six cells hold numbers, and all six rows are marked."}

You need chapter 1, with its cosine; what comes from chapters 4, 7 and 8 is said again. The file
is `chapters/13_beyond.c`; `make chapter13` builds it and runs it, which takes a second or two.
`TEXT=path build/13_beyond` searches a book of yours, `TABLE=path` uses another table of words.
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
static void waits_for(const char *exercise, const char *function);
static void *allocate(size_t n, size_t size);

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
// carried over from chapter 5
static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}
// end of what was carried over
/*
## A sentence from its words

We begin with the table that chapter 7 looked at, 10,000 rows of GloVe [@pennington2014].
A sentence of four words is four of its rows. How do four rows become one? The plainest way
that does not depend on how many there are is the mean, number by number. It is called *mean
pooling*, and it is no toy: for years it was hard to beat [@wieting2016], and models that
make rows of sentences for a living mostly end with a mean too, only of better rows
[@reimers2019, sec. 3].

## Exercise 13.1: the mean of some rows {#mean-pool .exercise}

Every later section needs this function. Read the rows of the tokens and write their mean:

$$\mathrm{out}_i = \frac{1}{T} \sum_t E_{\mathrm{ids}_t, i}$$

A token that occurs twice counts twice. By hand, with the table (1, 0), (3, 4), (0, 8) and the
ids 1, 0, 1: the two numbers are $(3 + 1 + 3) / 3 = 2.3333$ and $(4 + 0 + 4) / 3 = 2.6667$.

Add up in `double`, divide in `double`, and round once, at the end. If an id is not below
`vocab_size`, return `false` and leave `out` alone: look at all ids before you write anything.
And the mean of no rows is not a number, so no tokens at all are an error too. Rows of no
numbers are none: there is nothing to write.
*/

// out[i] = (sum over t of wte[ids[t]][i]) / n_tokens, in double, rounded at the end
//   out [d_model]   wte [vocab_size][d_model]   ids [n_tokens]
// false, and out untouched, if n_tokens is 0 or an id is not below vocab_size
EXERCISE bool mean_pool(float *out, const float *wte, const uint32_t *ids,
                        size_t n_tokens, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)out, (void)wte, (void)ids, (void)n_tokens, (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="A sentence is a row"}
:::

A sentence is held against those below it: the cosine of the two means, and how many of their
hundred numbers are the *same*. The first cosine is not rounded. *Dog saves man* and *man saves
dog* have one row, number for number, and no cosine will ever tell them apart: a sum does not
know the order of what was added. Newspapers have a proverb about a dog, a man and which of
them bites; a mean cannot tell what is news. It is chapter 4 again. There an attention head
without positions could not see the order either, but at least its outputs came out in the
order of its inputs (it was *equivariant*); a mean is *invariant*, and nothing that comes after
it can bring the order back.

The next lines hold a surprise of another kind. *A puppy rescued a boy* tells nearly what *the
dog saved the man* tells, and the bank has nothing to do with either. Yet by the mean the bank
is the nearer one: [0.788]{.n section="A sentence is a row"} against
[0.686]{.n section="A sentence is a row"}. Why? Count the words that they share. We shall come
back to the column *rare*.

::: aside
Is it exactly so, with rounding? Two orders of the same sum can differ in their last bit. A
`double` has 53 bits and the floats of our rows 24, so three or thirty of them nearly always
add up without any rounding, and the one that there is happens at the end, to both alike.
:::

## A novel in rows

Now all of *Emma*. The program cuts the novel at full stops, question marks and exclamation
marks, looks its words up, and leaves out what has fewer than four words with a row in the
table (*Oh!*). Then your function makes a row of each sentence.

::: {.output section="A novel in rows"}
:::

We can ask for sentences now. A question is a few words of our own, pooled like all the
others. What is left is to find the nearest rows.

## Exercise 13.2: search {#search .exercise}

Find the `n_found` rows whose cosine with a query is greatest, the greatest first; of equal
cosines the smaller number first. It is not quite `nearest_rows` of chapter 7: the query is no
row of the table, so there is nothing to leave out, and a search may ask for all rows there
are.

Chapter 1's rules for the cosine hold: sums in `double`, and 0 where one of the two is all
zeros. So a sentence without direction comes before those that point away. Compare the cosines
as `double`.

By hand, with the rows (0, 2), (3, 4), (0, 0), (−1, 0) and the query (0, 5): the cosines are 1,
0.8, 0 and 0. `n_found` 3 gives 0, 1, 2, for of the two zeros row 2 comes first.

If there are fewer than `n_found` rows, return `false` and leave both outputs alone. Nothing to
find is no error. As in chapter 7, no sort is needed and no memory of your own. What a NaN or
an infinity does is up to you.
*/

// cosines[k] = the k-th greatest of cos(rows[r], query) over all r, k from 0
// found[k] = its r; of equal cosines the smaller r first
//   found, cosines [n_found]   rows [n_rows][d_model]   query [d_model]
//   cos 0 where one of the two is all zeros
// false, and both outputs untouched, if n_found is more than n_rows
EXERCISE bool search(uint32_t *found, double *cosines, const float *rows,
                     const float *query, size_t n_found, size_t n_rows, size_t d_model)
{
    // your code here
    (void)found, (void)cosines, (void)rows, (void)query, (void)n_found, (void)n_rows,
        (void)d_model;
    return false;
}

/*
We ask for *thieves stole the birds*. Some pages into the last volume a hen-house is robbed,
in other words. Above your search the program shows a control that any search must beat. It takes
the same cosine between **bags** of *exact words*, rows with a number for each different word of
the novel that says how often the sentence has it.

::: predict
The mean has *stole* and *birds* among its words (for *thieves* the table has no row). Will it
find the hen-house?

:::: answer
It finds the neighbours' hen-house, and the right one second.
::::
:::

::: {.output section="A search" set="ask k weight"}
:::

Look at the lines below *exact words* and *mean* first. The control clings to *the*. The mean
does find poultry. But it would be rash to be pleased: ask it for something else, say
`ask="the kids play outside"`, and no child comes near. What is wrong the program printed
above: two sentences taken at random have a cosine of [0.919]{.n section="A novel in rows"}.
All means point the same way. Much of any sentence is *the*, *of*, *to* and *was*, and their
rows drown the others: that is how *the bank raised the rate* came to be near *the dog saved
the man*.

## Rare words say more

So let the rare words weigh more. Arora, Liang and Ma [-@arora2017, algorithm 1] give each word
the weight

$$w(v) = \frac{a}{a + p_v},$$

where $p_v$ says how often the word occurs, as a share of all words of the text, and $a$ is a
small number, such as 0.001. A word with $p_v = a$, one in a thousand, weighs a half. *The*,
with 3 in a hundred, weighs a thirtieth of a rare word.

## Exercise 13.3: a mean that listens to rare words {#weighted-pool .exercise}

$$\mathrm{out}_i = \frac{1}{T} \sum_t \frac{a}{a + p_{\mathrm{ids}_t}} E_{\mathrm{ids}_t, i}$$

Divide by the number of tokens, as the algorithm does, and not by the sum of the weights: the
direction is the same, and a sentence of small words gets a short row.

By hand, with the table (1, 0), (3, 4), the shares $p$ = 0.75, 0.25, $a$ = 0.25 and the ids 0,
1: the weights are 0.25 and 0.5, and the row is ((0.25 + 1.5) / 2, (0 + 2) / 2) = (0.875, 1).

Compute the weights and the sums in `double`, and round once. What `mean_pool` refuses is
refused here too, and more: $a$ must be greater than 0 and finite, and the share of every token
must be from 0 to 1. Shares of words that do not occur among the tokens are nobody's business.
(Ask what must hold, as in exercise 7.5: a NaN is not from 0 to 1.)
*/

// out[i] = (sum over t of a / (a + p[ids[t]]) * wte[ids[t]][i]) / n_tokens
//   out [d_model]   wte [vocab_size][d_model]   ids [n_tokens]   p [vocab_size]
//   in double, rounded at the end
// false, and out untouched, if n_tokens is 0, an id is not below vocab_size, a is not greater
//   than 0 or not finite, or p[ids[t]] is not from 0 to 1 for some t
EXERCISE bool weighted_pool(float *out, const float *wte, const uint32_t *ids,
                            const double *p, double a, size_t n_tokens, size_t vocab_size,
                            size_t d_model)
{
    // your code here
    (void)out, (void)wte, (void)ids, (void)p, (void)a, (void)n_tokens, (void)vocab_size,
        (void)d_model;
    return false;
}

/*
There is a second step in their recipe. Find the direction along which the rows of all
sentences reach farthest (power iteration, chapter 7), and take it off every row, that of the
question included:
*/

// takes off what a row has along the unit vector u
static void remove_direction(float *row, const double *u, size_t d)
{
    double along = 0.0;
    for (size_t i = 0; i < d; i++)
        along += (double)row[i] * u[i];
    for (size_t i = 0; i < d; i++)
        row[i] = (float)((double)row[i] - along * u[i]);
}

/*
Now the last lines of "A search". *Mrs. Weston's poultry-house was robbed one night of all her
turkeys*: it shares one word with our question, *the*, and it stands first of
[7,831]{.n section="A novel in rows"}. And above, in the column *rare*, the puppy has
overtaken the bank. Ask again for the kids, and read what comes second. Ask more of this kind:
`ask="disease and fever"`, `ask="piano music and songs"`,
`ask="a delicious dinner of meat and fruit"`. This is what the brochures call semantic search.
It is a mean and a cosine.

## Does it find what we mean?

One pretty example proves nothing. A fair test needs many questions, an answer that is known
beforehand, and controls. Here are two such tests.

*The missing word.* Take a word that stands in 5 to 50 sentences, *snow* or *horses*; take
it out of these sentences, as if the printer had lost it; and ask for the word. Are the
sentences that have lost it found by what is left of them? No exact match can help, by
construction. Each way is asked for every sixth word, and the table says how many of the
sentences that *lost* it are among the first hundred of all, and what share of all sentences
stands in *front* of them on average. By chance these are 1.3 % and 0.5.

*The told thought.* Before any search was run, we wrote down 31 sentences of the novel in other
words (one, *Surprizes are foolish things*, has only three words with a row and fell out):
*soft eggs are good for your health* for *An egg boiled very soft is not unwholesome*, *you
behaved terribly* for *It was badly done, indeed!* Is the sentence that was *told* in this way
among the first ten? And which *place* stands in the middle when the 30 are put in order (their
median)?

And a control that has all there is but the meaning: the same recipe with GloVe's rows dealt
out to the wrong words.

::: predict
Of the sentences that lost a word, how many in a hundred does the plain mean put among the
first hundred? And of the 30 thoughts, how many does the best way find?

:::: answer
[4.2]{.n section="Does it find what we mean?"} in a hundred; and the best way finds 4 of the
30 thoughts.
::::
:::

::: {.output section="Does it find what we mean?"}
:::

(In the terminal this block comes last: it takes longest.)
On the left, the story that one hopes for. Rows dealt to the wrong words find
[0.9]{.n section="Does it find what we mean?"} % of the sentences (from 0.7 to 1.2 with
`seed=1` to `seed=5`), which is chance; the plain mean finds
[4.2]{.n section="Does it find what we mean?"} %, weights
[5.3]{.n section="Does it find what we mean?"} %, and with the first direction taken off
[6.0]{.n section="Does it find what we mean?"} %, more than four times as many as chance,
of sentences from which the very word has been removed. So what is in the rows reaches the
sentence, and the weights help. The second step is a gain with a price. It helps at the very
top, and in the column beside it hurts, from
[0.302]{.n section="Does it find what we mean?"} to
[0.341]{.n section="Does it find what we mean?"}; and with `weight=0.0001` it does not help
at the top either.

### Told in other words

On the right, what the pretty examples hide. Told in other words, the thought is hardly ever
found: [3]{.n section="Does it find what we mean?"} or
[4]{.n section="Does it find what we mean?"} of 30 stand among the first ten, where the bag of
exact words gets [2]{.n section="Does it find what we mean?"}. With so few, that is no
difference at all (`weight=0.1` lets even the dealt rows find 3). And the middle place of the
exact words, [574]{.n section="Does it find what we mean?"}, is beaten by one of the four
ways only. Who is spoken of stands in the small words, *she*, *her* and *he*; where these are
made quiet, the middle place gets worse, with exact words
([891]{.n section="Does it find what we mean?"}) as with rows
([1329]{.n section="Does it find what we mean?"} against
[476]{.n section="Does it find what we mean?"}). Some thoughts are found, the eggs, the
hen-house, the winter (`each=1` prints the places of all 30); *you behaved terribly* is not, by
any way.

::: aside
The control with exact words has no rows and still does a good deal of what a search has to do.
The thought that a rare word says more is older than all tables of this course: it is called
*inverse document frequency*, and it is from 1972 [@sparckjones1972]. Whoever shows you a
semantic search without this control has not shown you much.
:::

::: belief
**"Embeddings find what you mean."** A mean of words finds what you talk *about*: birds, music,
illness. *What is said* of it was in the order, in the *not*, and in who did it to whom, and a
sum has kept none of these. To find thoughts, people train whole networks on pairs of sentences
that mean the same [@reimers2019]. In their comparison the mean of GloVe's rows reaches 61.32.
BERT, a transformer that was not trained for it, reaches 54.81 with the mean of its outputs and
29.19 with the first of them; trained for it, 76.55 (table 1: correlation with people's
judgements, times 100, on average over seven tasks).
:::

## The same search, faster

A plain answer to exercise 13.2 computes the length of every sentence again for every question,
and adds a dot product into one number, where each addition waits for the one before it. The
cure is that of chapter 7: unit rows, made once, and 32 of them [side by
side](#beyond-side-by-side), so that the walk over $i$ feeds 32 sums. `build/13_beyond bench`
says what it gains on your machine. It comes near to what it takes to read all rows once, and
at that point only reading *fewer* rows would help. One can have that: sort the rows into heaps beforehand, and look only into the heaps that lie near the question.
*/

/*
## A picture in rows

A picture is a table of numbers too: one for each pixel, or three, for red, green and blue. But
a transformer wants a sequence of rows. The answer of the Vision Transformer [@dosovitskiy2021,
eq. 1] is almost comically plain. Cut the picture into squares, write the numbers of each
square one after the other, and multiply by a matrix:

$$\mathrm{row}_n = \mathrm{patch}_n W, \qquad W \in \mathbb{R}^{P^2 C \times d}$$

with squares of $P \times P$ pixels and $C$ channels. Everything in it is as before but the
cutting, and cutting is where one gets lost.

![A picture of 4 × 6 pixels is cut into 2 × 2 patches. Follow the numbers: a patch that is a
square in the picture takes its numbers from two places of the
memory.](drawing:patches){alt="Left, a picture of four rows and six columns, numbered 0 to 23,
with thick lines around the six squares of two by two. Right, the six patches as rows of four
numbers: 0 1 6 7, 2 3 8 9, 4 5 10 11, 12 13 18 19, 14 15 20 21, 16 17 22 23. The second patch
is marked on both sides."}

## Exercise 13.4: cut a picture into patches {#patchify .exercise}

The picture has `height` rows of `width` pixels, and each pixel `n_channels` numbers. Write its
patches one after the other: first those of the uppermost strip from left to right, then the
next strip. Within a patch go the same way: its upper row of pixels from left to right, then
the next row; the channels of a pixel stay together, in their order.

By hand, one channel, `height` 2, `width` 4, `patch` 2, with the pixels numbered as they lie in
memory:

| picture | becomes       |
|:--------|:--------------|
| 0 1 2 3 | 0 1 4 5       |
| 4 5 6 7 | 2 3 6 7       |

Nothing is computed; numbers move. So every bit arrives as it was, a NaN's too. If `patch` is
0, or does not divide both `height` and `width`, return `false` and leave `out` alone. A
picture of no rows, no columns or no channels has nothing to write, and is none the worse for
it.
*/

// out[n][(r * patch + c) * n_channels + k] = image[R * patch + r][C * patch + c][k]
//   where patch n stands in row R and column C of patches: n = R * (width / patch) + C
//   out [(height / patch) * (width / patch)][patch * patch * n_channels]
//   image [height][width][n_channels]
// false, and out untouched, if patch is 0 or does not divide height and width
EXERCISE bool patchify(float *out, const float *image, size_t height, size_t width,
                       size_t n_channels, size_t patch)
{
    // your code here
    (void)out, (void)image, (void)height, (void)width, (void)n_channels, (void)patch;
    return false;
}

/*
::: {.output section="A picture in rows" set="patch"}
:::

![The picture that the program draws, before it is cut; the darker a cell is here, the brighter
the pixel.](figure:beyond-picture){alt="A heat map of 16 rows and 32 columns: a bright sun to
the right, a house with a dark roof to the left, on a hill."}

A sun, a house with a roof on a hill, [32]{.n section="A picture in rows"} patches (only every
second row of pixels is shown). Each is 16 numbers; a matrix of dice makes 12 of them. Have we
built an embedding table for pictures? The word is used, `patch_embedding`. Count. With 256
shades there are $256^{16}$ different patches of 16 pixels, a number with 39 digits, and our
picture alone has [25]{.n section="A picture in rows"} different ones among 32. With the 16 ×
16 pixels and three colours of the real thing there are $256^{768}$: a number with 1,850
digits. No table has a row for each.

### One shade darker

::: predict
In a table, the row of *dog* has nothing to do with the row behind it. What about two
patches that differ in one pixel, by one shade?

:::: answer
Their rows are neighbours: they differ by [0.0033]{.n section="A patch is a linear map"}.
::::
:::

::: {.output section="A patch is a linear map"}
:::

The product is *linear*. Half of one picture and half of another make half of one row and half
of the other. A change of one shade in one pixel moves one row a little and leaves the others
where they are, bit for bit. Between two neighbouring ids there is nothing half-way, and the
distance between their rows says nothing: from *dog* to *cards*, the next row, it is
[6.51]{.n section="A patch is a linear map"}.

The last two lines show what is *not* gained. A picture that has moved by a whole patch
consists of the old patches in new places. Moved by a single pixel, which no eye would notice,
it keeps [13]{.n section="A patch is a linear map"} of them, most of these plain sky. And as
with words, the patches go into the transformer as a set: where a patch was, a row of positions
must say, and the Vision Transformer adds one from a learned table, as GPT-2 does (chapter 4).

::: aside
The picture of 224 × 224 pixels that the paper cuts gives 196 patches of 768 numbers, and its
smallest model has rows of 768 numbers as well. That is a coincidence. $16 \cdot 16 \cdot 3$ is
what goes in, $d$ is what comes out, and the matrix is there to be learned, even where both are
768. Some call the same step a *convolution* with a stride of 16: it is the same sum (`make
check13` compares them).
:::

## A table of 1992

Proteins are chains of residues, and there are 20 kinds of them, each with a letter. In the
course of evolution, residues are exchanged: where one animal has an isoleucine, I, its cousin
may have a valine, V, and the protein still works. In 1992 Henikoff and Henikoff
[-@henikoff1992] counted such pairs in blocks of related proteins, and wrote for each pair of
letters

$$S_{ab} = 2 \log_2 \frac{q_{ab}}{p_a p_b},$$

rounded to a whole number, where $q_{ab}$ is how often the two stand opposite each other and
$p_a$ how often $a$ occurs at all. Have you seen it before? It is the PMI of chapter 8, in half
bits: how much more often do two things meet than they would by chance? There, words met in a
window; here, residues meet in the same place of two proteins. BLOSUM62, as this table is
called, is a count table, from before there were word vectors, and searches for related
proteins still score with it. W and W have 11: they face each other $2^{11/2}$, 45 times as
often as chance would have it.

So let us do to it what chapter 8 does to counts: factorise. We look for 20 rows whose dot
products are the scores, $E E^{\mathsf T} = S$. If the *eigenvectors* of $S$ are
$u_0, u_1, \dots$ and its eigenvalues $\kappa_0, \kappa_1, \dots$, then

$$S = \sum_e \kappa_e\, u_e u_e^{\mathsf T},$$

and the numbers $\sqrt{\kappa_e}\, u_{e,r}$ would do as row $r$. Chapter 7 found the longest
few by power iteration. For a small matrix there is a way to get all of them at once that rests
on one idea of that chapter: turn the axes. Two axes can always be turned so that one number
off the diagonal becomes 0. Do so for each pair in turn, again and again, and in the end
nothing is left but the diagonal. These are the eigenvalues, and the turns together are the
eigenvectors. It is Jacobi's method [@jacobi1846].
*/

// Turns two axes so that number (p, q) of a symmetric matrix becomes 0, and turns the rows of
// `vectors` along.
//   matrix, vectors [n][n]
static void turn(double *matrix, double *vectors, size_t p, size_t q, size_t n)
{
    const double both = matrix[p * n + q];
    if (both == 0.0)
        return;
    const double half = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * both);
    const double t = (half < 0.0 ? -1.0 : 1.0) / (fabs(half) + sqrt(half * half + 1.0));
    const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (size_t k = 0; k < n; k++) { // columns p and q
        const double x = matrix[k * n + p], y = matrix[k * n + q];
        matrix[k * n + p] = c * x - s * y;
        matrix[k * n + q] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) { // rows p and q
        const double x = matrix[p * n + k], y = matrix[q * n + k];
        matrix[p * n + k] = c * x - s * y;
        matrix[q * n + k] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        const double x = vectors[p * n + k], y = vectors[q * n + k];
        vectors[p * n + k] = c * x - s * y;
        vectors[q * n + k] = s * x + c * y;
    }
}

/*
One thing stands in the way. If $S$ is $E E^{\mathsf T}$ (such a matrix is called a *Gram
matrix*), then $\kappa_e = u_e^{\mathsf T} E E^{\mathsf T} u_e = \lvert E^{\mathsf T} u_e
\rvert^2$: a sum of squares, which is never
negative. Are the eigenvalues of $S$?

## Exercise 13.5: rows from eigenvectors {#residue-rows .exercise}

From eigenvalues and eigenvectors, in any order, make rows of `d_model` numbers. Number 0 of
each row belongs to the greatest eigenvalue, number 1 to the next; of equal ones the smaller
index comes first. Only those that are *greater than 0* count, and if there are fewer of them
than `d_model`, the numbers left over are 0.

$$\mathrm{out}_{r,k} = \sqrt{\kappa_e}\; u_{e,r},$$

where $\kappa_e$ is the $k$-th greatest, $k$ from 0. Greatest means greatest, not largest in
size: −23 is smaller than 2. And mind the two orders of the indices. Row $e$ of `vectors` is
eigenvector $e$, but in `out` it stands in a *column*: row $r$ is residue $r$.

By hand: values 4, −9, 25 and the vectors (1, 0, 0), (0, 0.6, 0.8), (0, −0.8, 0.6), `d_model`
3. 25 comes first and 4 second, with the roots 5 and 2; −9 has no row, so the third numbers are
0:

| r | out[r]     |
|:--|:-----------|
| 0 | 0, 2, 0    |
| 1 | −4, 0, 0   |
| 2 | 3, 0, 0    |

Compute the root and the product in `double`, and round once. If `d_model` is more than `n`,
return `false` and leave `out` alone. Rows of no numbers are nothing to do. What a NaN or an
infinity among the values does is up to you.
*/

// out[r][k] = sqrt(values[e]) * vectors[e][r], where e is the k-th greatest of the values that
//   are greater than 0, k from 0, of equal ones the smaller e first; 0 if there are no more
//   out [n][d_model]   values [n]   vectors [n][n]: row e is the eigenvector of values[e]
// false, and out untouched, if d_model is more than n
EXERCISE bool residue_rows(float *out, const double *values, const double *vectors,
                           size_t d_model, size_t n)
{
    // your code here
    (void)out, (void)values, (void)vectors, (void)d_model, (void)n;
    return false;
}

/*
::: {.output section="Twenty rows" set="residue d"}
:::

They are not: the last one is [−22.92]{.n section="Twenty rows"}. No 20 rows in the world have
these scores as their dot products. What is this eigenvalue? Its vector is nearly (1, 1, …, 1),
with the cosine [0.974]{.n section="Twenty rows"}: it says that all scores are *low together*.
Most pairs of residues meet less often than by chance, and so most scores are negative. Add 1.5
half bits to every score, and no eigenvalue is negative any more
([0.10]{.n section="Twenty rows"} is the least). So what no rows can have is, nearly, one
number: the level of the whole table. Chapter 8 meets such a number too: what word2vec
factorises is PMI *less a constant*, and it has two tables, whose dot products may be as
negative as they please.

### Eight numbers a row

With 8 numbers a row, the scores are off by up to [2.46]{.n section="Twenty rows"}. And the
neighbours? (`I>V` says that V is the nearest to I.) I and V, L and M, K and R, D and E, F and
Y, W and F, S and T: fatty with fatty, charge with like charge, rings with rings. A chemist
would have put them so, and nobody told the table any chemistry. Evolution did: what replaces
what says what is like what, as *could this word stand here* did for words.
[13]{.n section="Twenty rows"} of the 17 residues that have a companion in a textbook's five
groups find one of them nearest, where chance would give 2.4. But hold it against the control:
the rows of the matrix as it stands give [12]{.n section="Twenty rows"}. The eigenvectors have
not found the chemistry, it was in the counts; they have written it in 8 numbers instead of 20.
Two numbers are too few ([6]{.n section="Twenty rows"}), as the map shows.

![Twenty rows of two numbers each. F, W and Y stand apart, and so do the fatty ones; most
others huddle, since two numbers are not enough.](figure:beyond-residues){alt="A scatter plot
of the twenty residues by their first two numbers."}

## Only a token is a lookup

So what else is a row? Here is the whole chapter in four lines. Each time the program
multiplies *everything*, a full row times the full table, and compares with the short way.

::: {.output section="One product" follows="patch"}
:::

It is always the same product, $x$ times a table. What differs is $x$. Of a token it is
one-hot: a single 1, and the product is a copy of one row. That is chapter 1. Of a sentence it
is a bag of shares, 1/5 for each word, and the product is the mean: the five words are four
rows, for *the* has 2/5. Of a patch all numbers of $x$ are something, all rows of the matrix
are read, and there is nothing to look up. Only a token is a lookup. Everything else in this
chapter is a sum of rows, with weights from somewhere.

The third line is how AlphaFold 2 begins. It does not look its residues up; it feeds one-hot
rows through a linear layer [@jumper2021, supplement, algorithm 3], and by chapter 1 that *is*
a lookup. But through such a layer goes another input too: for each place of the chain, what
its relatives have there, as shares, such as 3/5 for I and 2/5 for V
[@alphafoldcode, `create_msa_feat`]. A lookup cannot read such a column. A product can, and
gives the mean: mean pooling again. So the product is not the clumsy brother of the lookup. It
is what the lookup is a case of, and on the day when your $x$ is not quite one-hot, it is what
you need. (Not all who fold proteins do so. ESM-2, the language model below ESMFold, gives each
residue an id and looks its row up in a table [@lin2023; @esmcode, `esm2.py`]: a residue is
a token there.)

::: belief
**"Everything becomes a token, and every token is looked up in a table."** Words are. Patches
and columns of shares are not: their rows are computed, by a map that is linear and knows half
and half. A picture may be cut into 196 "tokens", but there is no id, and no row that waits for
it.
:::

## What you can now explain

- How a sentence becomes a row, why *dog saves man* and *man saves dog* have the same one, and
  what is lost for good.
- Why plain means are all alike, what $a / (a + p)$ does about it, and what taking off the
  first direction gains and costs.
- How to test a search: a missing word, a told thought, exact words as a control, and rows
  dealt to the wrong words.
- How a picture is cut into patches, in which order, and why no table could hold their rows.
- Why BLOSUM62 is a table of PMI, why no rows can have its scores as dot products, and what the
  negative eigenvalue says.
- What one-hot rows, bags, columns of shares and patches have in common, and which of them is a
  lookup.

## Three questions to think about

::: think
Multiply all weights of exercise 13.3 by 7. Which searches change? And what happens to the
weights if $a$ grows beyond all bounds?

:::: answer
None: every row, that of the question too, becomes 7 times as long, and a cosine does not see
it. If $a$ is huge, $a / (a + p)$ is nearly 1 for every word, and the plain mean comes back.
(`weight=1000000` shows it.)
::::
:::

::: think
A colleague shuffles the pixels of all his pictures, all in the same way, and trains a model on
patches of them. Another shuffles only *within* each patch, all patches alike. Who should be
worried?

:::: answer
The first. The second has only exchanged the numbers of $x$, and a matrix whose rows are
exchanged in the same way gives the same product, so training finds that matrix as easily as
the other one. The first has torn neighbouring pixels into different patches; the matrix sees
one patch at a time and cannot undo it.
::::
:::

::: think
Could one give the 20 residues rows whose dot products are *exactly* BLOSUM62?

:::: answer
Not with one table. With two, yes, as word2vec has two: take $\sqrt{|\kappa_e|}\, u_{e,r}$ in
both, and change the sign of the last column in one of them. Then the negative eigenvalue has
its minus. (Or add 1.5 to all scores first, and subtract it from every dot product.)
::::
:::

## What to read next

- Arora, Liang and Ma [-@arora2017]: two lines of algorithm, and a theory of why they work.
- Reimers and Gurevych [-@reimers2019] train what a mean cannot do.
- Dosovitskiy and others [-@dosovitskiy2021]: the patches, and pictures of what the learned
  matrix looks for.
- Henikoff and Henikoff [-@henikoff1992], five pages that say how the pairs were counted;
  Altschul [-@altschul1991] says why scores of this kind must be log-odds.

## Farewell

You began with a number, 3, and a table, and the question whether a lookup is a product. You
have now written the lookup and the product and know to the bit where they part. You have made
PyTorch's first numbers in C, and seen that random rows are nearly unrelated already. You have
trained tables, tied them, and watched which rows move and which only seem to stand still. You
have given a model a sense of order in three ways, and seen what a causal model cannot know. You
have made tables by guessing and by counting, put ten thousand words on a circle, found out who
numbers the rows, and read a file without believing a byte of it. You have taken real tables
apart, and run the controls that decide what may be said of them.

So you can build. A tokenizer, a table, positions, a block, a head, an optimizer: these are
the parts of a language model, and none of them is a black box to you any more. Put chapters
3, 4, 6, 9 and 11 together, make them wider, and it is a small GPT: llm.c [@llmc] does it in
a thousand lines of C that you can now read like a letter. Give yours GPT-2's shape and,
with the reader of chapter 12, GPT-2's own numbers, and it writes what GPT-2 writes. Or take
the search of this chapter, and your own notes as the text. Or give rows to something that
nobody has given rows to: moves of chess, chords, streets of your town. Count what stands
beside what, and factorise. Then be your own sceptic: shuffle, deal out, ask what the exact
words would have found.

Or read on. The papers at the end of each chapter are written for people who know what you now
know; take the chapter that you liked best, and begin with the first of its list.

[One more page](claims.html) has what people say about embeddings, sentence by sentence, with
what is so and the section in which you saw it. Read it as the list of what you now know.

And when somebody says that a machine "turns words into meaning", you will think of a number
and a row, and ask which row, trained on what, compared with what, and what the control said.
Thank you for reading to the end.
*/

/*
## Behind the scenes

You can stop reading here. What follows reads a table, a novel and a matrix, searches, draws and
shows.
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
    fputs("13_beyond: ", stderr);
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

This is the reader of chapter 7. It takes word2vec's binary layout and text.
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
/*
## Words and sentences

The words of the novel are looked up tens of thousands of times, so they stand in a hash table
here: chapter 3 explains one.
*/

enum { LEAST_WORDS = 4, MAX_BYTES = 100000000, MAX_FOUND = 20, MAX_ASK = 300 };
enum { MAX_SENTENCE = 4096, EVERY = 6, LEAST_HOLDERS = 5, MOST_HOLDERS = 50 };

// carried over from chapter 3
struct text {
    char *bytes;
    size_t size;
};

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
// end of what was carried over
// Every word that occurs has an id: the rows of the table first, then the words that it
// lacks.
struct lexicon {
    char *letters;   // the words, one after the other, each with a 0 behind it
    size_t *starts;  // [n] where in letters a word begins
    uint32_t *slots; // [n_slots] id + 1 of the word that belongs here; 0: free
    size_t n, n_letters, n_slots, room_starts, room_letters;
};

// Its words are ids[first] to ids[first + n_words - 1]; the n_known ones that have a row in
// the table come first.
struct sentence {
    const char *text;
    size_t length, first, n_words, n_known;
};

struct book {
    struct text text;
    struct lexicon lexicon;
    struct sentence *sentences; // those with LEAST_WORDS known words
    uint32_t *ids;
    double *p; // [lexicon.n] how often each word occurs, as a share of the text
    size_t n_sentences, n_tokens, n_known, n_all, room_ids, room_sentences;
};

static size_t slot_of(const struct lexicon *l, const char *word, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t k = 0; k < length; k++)
        hash = (hash ^ (unsigned char)word[k]) * 16777619u;
    size_t slot = hash & (l->n_slots - 1);
    for (; l->slots[slot]; slot = (slot + 1) & (l->n_slots - 1)) {
        const char *known = l->letters + l->starts[l->slots[slot] - 1];
        if (strncmp(known, word, length) == 0 && known[length] == '\0')
            break;
    }
    return slot;
}

static void widen_lexicon(struct lexicon *l)
{
    free(l->slots);
    l->n_slots = l->n_slots ? 2 * l->n_slots : 1024;
    l->slots = allocate(l->n_slots, sizeof *l->slots);
    for (size_t v = 0; v < l->n; v++) {
        const char *word = l->letters + l->starts[v];
        const size_t slot = slot_of(l, word, strlen(word));
        if (!l->slots[slot])
            l->slots[slot] = (uint32_t)v + 1;
    }
}

// the word gets the next id; should it be there already, its first id stays the valid one
static void add_word(struct lexicon *l, const char *word, size_t length)
{
    while (l->room_letters - l->n_letters < length + 1)
        l->letters = grown(l->letters, &l->room_letters, 1);
    if (l->n == l->room_starts)
        l->starts = grown(l->starts, &l->room_starts, sizeof *l->starts);
    memcpy(l->letters + l->n_letters, word, length);
    l->letters[l->n_letters + length] = '\0';
    l->starts[l->n++] = l->n_letters;
    l->n_letters += length + 1;
    if (2 * l->n > l->n_slots)
        widen_lexicon(l);
    else if (!l->slots[slot_of(l, word, length)])
        l->slots[slot_of(l, word, length)] = (uint32_t)l->n;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

// The next word of a text in small letters, without what an apostrophe adds: of "don't" and
// "sister's" come "do" and "sister". Its length is 0 at the end.
static size_t next_text_word(char word[MAX_WORD], const char **at, const char *end)
{
    size_t n = 0;
    while (*at < end && !is_letter(**at))
        ++*at;
    for (; *at < end && is_letter(**at); ++*at)
        if (n < MAX_WORD - 1)
            word[n++] = (char)(**at >= 'A' && **at <= 'Z' ? **at + ('a' - 'A') : **at);
    if (*at < end && **at == '\'') {
        n -= n > 2 && word[n - 1] == 'n' && end - *at > 1 && (*at)[1] == 't';
        while (*at < end && (is_letter(**at) || **at == '\''))
            ++*at;
    }
    return n;
}

// The ids of the words of a text, those below vocab_size first; returns how many there are.
// A word without an id gets one if `add`, and is left out if not.
static size_t read_ids(uint32_t *ids, size_t *n_known, struct lexicon *l,
                       size_t vocab_size, const char *at, const char *end, bool add)
{
    char word[MAX_WORD];
    size_t n = 0, length;
    *n_known = 0;
    while ((length = next_text_word(word, &at, end)) > 0) {
        uint32_t id = l->slots[slot_of(l, word, length)];
        if (id == 0 && add) {
            add_word(l, word, length);
            id = (uint32_t)l->n;
        }
        if (id == 0)
            continue;
        ids[n++] = id - 1;
        if (id <= vocab_size) {
            ids[n - 1] = ids[*n_known];
            ids[(*n_known)++] = id - 1;
        }
    }
    return n;
}

// true: the full stop belongs to a title, as in "Mr. Knightley"
static bool is_title(const char *start, const char *stop)
{
    static const char *const titles[] = {"Mr", "Mrs", "Dr", "Messrs", "St", "Esq"};
    const char *word = stop;
    while (word > start && is_letter(word[-1]))
        word--;
    const size_t length = (size_t)(stop - word);
    for (size_t k = 0; k < sizeof titles / sizeof *titles; k++)
        if (length == strlen(titles[k]) && strncmp(word, titles[k], length) == 0)
            return true;
    return false;
}

// Where the sentence that begins at `at` is over: at a full stop, a mark or an empty line, and
// where it has become too long to be one.
static const char *sentence_end(const char *at, const char *end)
{
    for (const char *c = at; c < end; c++) {
        if (*c == '\n' && c + 1 < end && c[1] == '\n')
            return c + 1;
        if (*c == '!' || *c == '?' || (*c == '.' && !is_title(at, c)))
            return c + 1;
        if (c - at >= MAX_SENTENCE && !is_letter(*c))
            return c + 1;
    }
    return end;
}

static void add_sentence(struct book *b, const char *at, const char *end,
                         size_t vocab_size)
{
    while (b->room_ids - b->n_tokens < (size_t)(end - at))
        b->ids = grown(b->ids, &b->room_ids, sizeof *b->ids);
    if (b->n_sentences == b->room_sentences)
        b->sentences = grown(b->sentences, &b->room_sentences, sizeof *b->sentences);
    struct sentence *s = b->sentences + b->n_sentences;
    s->text = at;
    s->length = (size_t)(end - at);
    s->first = b->n_tokens;
    s->n_words =
        read_ids(b->ids + s->first, &s->n_known, &b->lexicon, vocab_size, at, end, true);
    b->n_tokens += s->n_words;
    b->n_known += s->n_known;
    b->n_all += s->n_words > 0;
    b->n_sentences += s->n_known >= LEAST_WORDS;
}

static struct book open_book(const char *path, const struct table *table)
{
    struct book b = {.text = read_text(path)};
    const char *end = b.text.bytes + b.text.size;
    for (size_t v = 0; v < table->vocab_size; v++)
        add_word(&b.lexicon, word_of(table, v), strlen(word_of(table, v)));
    for (const char *at = b.text.bytes; at < end;) {
        const char *stop = sentence_end(at, end);
        add_sentence(&b, at, stop, table->vocab_size);
        at = stop;
    }
    if (b.n_sentences < MAX_FOUND)
        give_up(1, "%s has %zu sentences of %d known words or more, and needs %d", path,
                b.n_sentences, LEAST_WORDS, MAX_FOUND);
    b.p = allocate(b.lexicon.n, sizeof *b.p);
    for (size_t t = 0; t < b.n_tokens; t++)
        b.p[b.ids[t]] += 1.0;
    for (size_t v = 0; v < b.lexicon.n; v++)
        b.p[v] /= (double)b.n_tokens;
    return b;
}

static void close_book(struct book *b)
{
    free(b->text.bytes);
    free(b->lexicon.letters);
    free(b->lexicon.starts);
    free(b->lexicon.slots);
    free(b->sentences);
    free(b->ids);
    free(b->p);
}

// the beginning of a sentence on one line
static void print_sentence(const struct sentence *s, size_t most)
{
    const char *c = s->text, *end = s->text + s->length;
    size_t n = 0;
    bool gap = false;
    while (c < end && !is_letter(*c))
        c++;
    for (; c < end; c++) {
        if (*c == ' ' || *c == '\n' || *c == '\r' || *c == '\t') {
            gap = true;
            continue;
        }
        const size_t more = (size_t)gap + (((unsigned char)*c & 0xC0) != 0x80);
        if (n + more > most)
            break;
        n += more;
        printf("%s%c", gap ? " " : "", (unsigned char)*c < ' ' || *c == 0x7F ? '?' : *c);
        gap = false;
    }
    printf("%s\n", c < end ? " ..." : "");
}

/*
## Unit rows, side by side {#beyond-side-by-side}
*/

// carried over from chapter 7
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
// end of what was carried over
/*
## Ways to make a row
*/

enum way { BAG, RARE_BAG, MEAN, MEAN_LESS, RARE, RARE_LESS, SHUFFLED, N_WAYS };

// What whoever started the program has chosen, and what all sections look at.
struct lab {
    struct table table;
    struct book book;
    float *shuffled;     // [vocab_size][d_model] the same rows, dealt to other words
    float *rows[N_WAYS]; // [n_sentences][d_model]; NULL: a bag, or not written
    double *top[N_WAYS]; // [d_model] the direction that was taken off
    size_t n_found, patch, d_residue;
    double a;
    bool each; // the places of all told thoughts are printed
    uint64_t seed;
    const char *ask;
    char residue;
};

// words of a question, and how many of them have a row
struct question_ids {
    uint32_t ids[MAX_ASK];
    size_t n, n_known;
};

static struct question_ids read_question(struct lab *lab, const char *ask)
{
    struct question_ids q;
    q.n = read_ids(q.ids, &q.n_known, &lab->book.lexicon, lab->table.vocab_size, ask,
                   ask + strlen(ask), false);
    return q;
}

static bool is_weighted(enum way way)
{
    return way == RARE_BAG || way >= RARE;
}

// the row of some words as this way makes it; false: the exercise is not written
static bool pool(float *out, const struct lab *lab, enum way way, const uint32_t *ids,
                 size_t n)
{
    const struct table *t = &lab->table;
    const float *wte = way == SHUFFLED ? lab->shuffled : t->wte;
    const bool written = is_weighted(way)
                             ? weighted_pool(out, wte, ids, lab->book.p, lab->a, n,
                                             t->vocab_size, t->d_model)
                             : mean_pool(out, wte, ids, n, t->vocab_size, t->d_model);
    if (written && lab->top[way])
        remove_direction(out, lab->top[way], t->d_model);
    return written;
}

// the direction along which the rows have the greatest mean square, by power iteration
static double *first_direction(const float *rows, size_t n_rows, size_t d)
{
    double *u = allocate(2 * d, sizeof *u), *next = u + d, agreement = 0.0;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t i = 0; i < d; i++)
            u[i] += (double)rows[r * d + i];
    for (int round = 0; round < 200 && agreement < 1.0 - 1e-13; round++) {
        double square = 0.0, along = 0.0;
        memset(next, 0, d * sizeof *next);
        for (size_t r = 0; r < n_rows; r++) {
            double reach = 0.0;
            for (size_t i = 0; i < d; i++)
                reach += (double)rows[r * d + i] * u[i];
            for (size_t i = 0; i < d; i++)
                next[i] += reach * (double)rows[r * d + i];
        }
        for (size_t i = 0; i < d; i++)
            square += next[i] * next[i];
        for (size_t i = 0; i < d; i++) {
            next[i] = square > 0.0 ? next[i] / sqrt(square) : 0.0;
            along += next[i] * u[i];
            u[i] = next[i];
        }
        agreement = along;
    }
    return u;
}

static void pool_book(struct lab *lab, enum way way)
{
    const struct book *b = &lab->book;
    const size_t d = lab->table.d_model, n = b->n_sentences;
    float *rows = allocate(n * d, sizeof *rows);
    bool written = true;
    for (size_t s = 0; s < n && written; s++)
        written = pool(rows + s * d, lab, way, b->ids + b->sentences[s].first,
                       b->sentences[s].n_known);
    if (written && (way == MEAN_LESS || way >= RARE_LESS)) {
        double *u = first_direction(rows, n, d);
        for (size_t s = 0; s < n; s++)
            remove_direction(rows + s * d, u, d);
        lab->top[way] = u;
    }
    if (written)
        lab->rows[way] = rows;
    else
        free(rows);
}

static float *deal_rows(const struct table *t, uint64_t seed)
{
    const size_t n = t->vocab_size, d = t->d_model;
    uint32_t *order = allocate(n, sizeof *order);
    float *out = allocate(n * d, sizeof *out);
    for (size_t v = 0; v < n; v++)
        order[v] = (uint32_t)v;
    for (size_t v = n - 1; v > 0; v--) {
        const size_t other = (size_t)(next_uniform(&seed) * (double)(v + 1));
        const uint32_t kept = order[v];
        order[v] = order[other];
        order[other] = kept;
    }
    for (size_t v = 0; v < n; v++)
        memcpy(out + v * d, t->wte + order[v] * d, d * sizeof *out);
    free(order);
    return out;
}

static double weight_of(const struct lab *lab, enum way way, uint32_t id)
{
    return is_weighted(way) ? lab->a / (lab->a + lab->book.p[id]) : 1.0;
}

// the length of a bag of words: a word that occurs c times is the number c times its weight
static double bag_length(const struct lab *lab, enum way way, const uint32_t *ids,
                         size_t n)
{
    double square = 0.0;
    for (size_t t = 0; t < n; t++) {
        const double weight = weight_of(lab, way, ids[t]);
        uint32_t count = 0;
        for (size_t k = 0; k < n; k++)
            count += ids[k] == ids[t];
        while (count-- > 0)
            square += weight * weight;
    }
    return sqrt(square);
}

// scores[s] = the cosine of two bags of words, that of the question and that of sentence s
static void score_bags(float *scores, const struct lab *lab, enum way way,
                       const uint32_t *ids, size_t n)
{
    const struct book *b = &lab->book;
    const double length = bag_length(lab, way, ids, n);
    for (size_t r = 0; r < b->n_sentences; r++) {
        const struct sentence *s = b->sentences + r;
        double sum = 0.0;
        for (size_t k = s->first; k < s->first + s->n_words; k++)
            for (size_t t = 0; t < n; t++)
                if (b->ids[k] == ids[t])
                    sum += weight_of(lab, way, ids[t]) * weight_of(lab, way, ids[t]);
        scores[r] = 0.0f;
        if (sum > 0.0)
            scores[r] = (float)(sum / length /
                                bag_length(lab, way, b->ids + s->first, s->n_words));
    }
}

/*
## A sentence, a novel, a search
*/

static double cosine_of(const float *a, const float *b, size_t d)
{
    const double both = sqrt(dot(a, a, d) * dot(b, b, d));
    return both > 0.0 ? dot(a, b, d) / both : 0.0;
}

static void show_two(struct lab *lab, const char *a, const char *b)
{
    const size_t d = lab->table.d_model;
    const char *const texts[2] = {a, b};
    float *rows = allocate(2 * d, sizeof *rows);
    size_t same = 0;
    for (size_t k = 0; k < 2; k++) {
        const struct question_ids q = read_question(lab, texts[k]);
        (void)pool(rows + k * d, lab, MEAN, q.ids, q.n_known);
    }
    for (size_t i = 0; i < d; i++)
        same += rows[i] == rows[d + i];
    printf(" %-24s%6.3f%5zu", b, cosine_of(rows, rows + d, d), same);
    for (size_t k = 0; k < 2 && lab->rows[RARE]; k++) {
        const struct question_ids q = read_question(lab, texts[k]);
        (void)pool(rows + k * d, lab, RARE, q.ids, q.n_known);
    }
    if (lab->rows[RARE])
        printf("%6.3f", cosine_of(rows, rows + d, d));
    printf("\n");
    free(rows);
}

static void show_sentences(struct lab *lab)
{
    heading("A sentence is a row");
    if (!lab->rows[MEAN]) {
        waits_for("13.1", "mean_pool");
        return;
    }
    printf("%-25s%6s%5s%6s\n", "dog saves man", "cosine", "same", "rare");
    show_two(lab, "dog saves man", "man saves dog");
    printf("the dog saved the man\n");
    show_two(lab, "the dog saved the man", "a puppy rescued a boy");
    show_two(lab, "the dog saved the man", "the bank raised the rate");
}

static double mean_cosine_of(const float *rows, size_t n_rows, size_t d)
{
    float *unit = allocate(n_rows * d, sizeof *unit);
    unit_rows(unit, rows, n_rows, d);
    const double mean = mean_cosine(unit, n_rows, d);
    free(unit);
    return mean;
}

static void show_novel(const struct lab *lab)
{
    const struct book *b = &lab->book;
    const size_t d = lab->table.d_model;
    char words[48], all[48], kept[48];
    heading("A novel in rows");
    printf("%s words, %.1f %% of them with a row\n", with_commas(words, b->n_tokens),
           100.0 * (double)b->n_known / (double)b->n_tokens);
    printf("%s sentences, %s with %d such words\n", with_commas(all, b->n_all),
           with_commas(kept, b->n_sentences), LEAST_WORDS);
    if (!lab->rows[MEAN]) {
        waits_for("13.1", "mean_pool");
        return;
    }
    printf("mean cosine of two sentences: %.3f",
           mean_cosine_of(lab->rows[MEAN], b->n_sentences, d));
    if (lab->rows[RARE])
        printf(",\nby rarity %.3f, less the first %.3f",
               mean_cosine_of(lab->rows[RARE], b->n_sentences, d),
               fabs(mean_cosine_of(lab->rows[RARE_LESS], b->n_sentences, d)));
    printf("\n");
}

static void print_found(const struct lab *lab, const char *name, size_t k, double cosine,
                        size_t s)
{
    if (k == 0)
        printf("%s\n", name);
    printf("%.3f ", cosine);
    print_sentence(lab->book.sentences + s, 32);
}

static void search_bags(const struct lab *lab, enum way way, const char *name,
                        const struct question_ids *q)
{
    uint32_t found[MAX_FOUND];
    float *scores = allocate(lab->book.n_sentences, sizeof *scores);
    score_bags(scores, lab, way, q->ids, q->n);
    const size_t n = best_rows(found, scores, lab->n_found, lab->book.n_sentences,
                               lab->book.n_sentences);
    for (size_t k = 0; k < n; k++)
        print_found(lab, name, k, (double)scores[found[k]], found[k]);
    free(scores);
}

static void search_rows(const struct lab *lab, enum way way, const char *name,
                        const struct question_ids *q)
{
    uint32_t found[MAX_FOUND] = {0};
    double cosines[MAX_FOUND] = {0};
    const size_t d = lab->table.d_model;
    float *query = allocate(d, sizeof *query);
    printf("%s", lab->rows[way] ? "" : name);
    if (!lab->rows[way]) {
        printf(": ");
        waits_for(is_weighted(way) ? "13.3" : "13.1",
                  is_weighted(way) ? "weighted_pool" : "mean_pool");
    } else if (!pool(query, lab, way, q->ids, q->n_known) ||
               !search(found, cosines, lab->rows[way], query, lab->n_found,
                       lab->book.n_sentences, d)) {
        printf("%s: ", name);
        waits_for("13.2", "search");
    } else {
        for (size_t k = 0; k < lab->n_found; k++)
            print_found(lab, name, k, cosines[k], found[k]);
    }
    free(query);
}

static void show_search(struct lab *lab)
{
    const struct question_ids q = read_question(lab, lab->ask);
    heading("A search");
    if (q.n_known == 0) {
        printf("the table has no row for any word of the question\n");
        return;
    }
    search_bags(lab, BAG, "exact words", &q);
    search_rows(lab, MEAN, "mean", &q);
    search_rows(lab, RARE_LESS, "by rarity, less the first", &q);
}

/*
## Two tests of a search
*/

struct told {
    const char *ask, *target;
};

static const struct told told[] = {
    {"he travelled to the city only for a new haircut", "merely to have his hair cut"},
    {"people never see why others enjoy different things",
     "One half of the world cannot"},
    {"my feelings are too strong for words", "If I loved you less"},
    {"soft eggs are good for your health", "An egg boiled very soft"},
    {"thieves stole the birds at night", "robbed one night of all her turkeys"},
    {"everybody praises a girl when she gets a husband or is killed",
     "Human nature is so well disposed"},
    {"a stupid person who is proud causes trouble", "Vanity working on a weak head"},
    {"nobody can be rude to me", "I always deserve the best treatment"},
    {"a wealthy and beautiful girl with a nice house",
     "Emma Woodhouse, handsome, clever"},
    {"the winter weather was freezing and the roads were dangerous", "flakes of snow"},
    {"eating fruit outside in the summer", "tired of eating strawberries"},
    {"a new instrument came from the store", "this pianoforte had arrived"},
    {"suddenly she understood whom he should wed", "with the speed of an arrow"},
    {"you behaved terribly", "It was badly done, indeed"},
    {"she says that she wants no husband", "always declares she will never marry"},
    {"her mother was dead and she hardly remembered her", "Her mother had died too long"},
    {"foolish acts look clever when intelligent folks do them",
     "silly things do cease to be silly"},
    {"the girl will always stay with her dad",
     "Nothing should separate her from her father"},
    {"he rescued a woman from death", "And then, he saved her life"},
    {"I feel that I could never live in another town",
     "making me less fit to bear any other place"},
    {"they pay her plenty of money", "Her allowance is very liberal"},
    {"the kids would have been miserable with her", "Poor little creatures, how unhappy"},
    {"at first the news upset him terribly and he told her not to do it",
     "considerable shock to him"},
    {"why did she treat the old lady so badly", "so brutal, so cruel to Miss Bates"},
    {"now I understand why she behaved strangely",
     "I have now a key to all her odd looks"},
    {"nobody knew more about her past", "all that was generally known of her history"},
    {"her face turned red when she mentioned him", "could not speak the name of Dixon"},
    {"she was afraid that she had put the other girl's future in danger",
     "on most insufficient grounds"},
    {"he wants to avoid seeing the two lovers together",
     "permitted, encouraged attentions"},
    {"it makes me happy that the officer has so much money",
     "I suppose I smile for pleasure"},
};
enum { N_TOLD = sizeof told / sizeof *told };

// true: the sentence holds the phrase; the end of a line is a space
static bool holds(const struct sentence *s, const char *phrase)
{
    const size_t length = strlen(phrase);
    for (size_t at = 0; at + length <= s->length; at++) {
        size_t k = 0;
        while (k < length &&
               (s->text[at + k] == '\n' ? ' ' : s->text[at + k]) == phrase[k])
            k++;
        if (k == length)
            return true;
    }
    return false;
}

static size_t find_sentence(const struct book *b, const char *phrase)
{
    for (size_t s = 0; s < b->n_sentences; s++)
        if (holds(b->sentences + s, phrase))
            return s;
    return b->n_sentences;
}

// the place of a sentence among all, from 1; among equals it takes the middle
static double place_of(const float *scores, size_t n, size_t s)
{
    size_t above = 0, equal = 0;
    for (size_t r = 0; r < n; r++) {
        above += scores[r] > scores[s];
        equal += scores[r] == scores[s];
    }
    return 1.0 + (double)above + 0.5 * ((double)equal - 1.0);
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

// a thought and the place of its sentence; as many whole letters of it as a line holds
static void print_told(double place, const char *ask)
{
    size_t n = strlen(ask) < 34 ? strlen(ask) : 34;
    while (n > 0 && ask[n - 1] == ' ')
        n--;
    printf("%7.1f %.*s\n", place, (int)n, ask);
}

// What both tests say of a way.
struct marks {
    double hundred, in_front; // shares: of the sentences that lost a word, of all
    size_t n_lost, n_told, ten;
    double middle;
};

static void ask_told(struct marks *m, struct lab *lab, enum way way,
                     const struct panels *p)
{
    const size_t n = lab->book.n_sentences, d = lab->table.d_model;
    double places[N_TOLD];
    float *scores = allocate(n + LANES, sizeof *scores),
          *query = allocate(d, sizeof *query);
    for (size_t k = 0; k < N_TOLD; k++) {
        const struct question_ids q = read_question(lab, told[k].ask);
        const size_t target = find_sentence(&lab->book, told[k].target);
        if (target == n || q.n_known == 0)
            continue;
        if (way <= RARE_BAG)
            score_bags(scores, lab, way, q.ids, q.n);
        else {
            (void)pool(query, lab, way, q.ids, q.n_known);
            score_one(scores, query, p);
        }
        const double place = place_of(scores, n, target);
        m->ten += place <= 10.0;
        if (lab->each)
            print_told(place, told[k].ask);
        places[m->n_told++] = place;
    }
    qsort(places, m->n_told, sizeof *places, compare_doubles);
    m->middle = m->n_told > 0 ? places[m->n_told / 2] : 0.0;
    free(query);
    free(scores);
}

// the words of a sentence but one; returns how many are left
static size_t words_without(uint32_t *out, const struct lab *lab, size_t s, uint32_t word)
{
    const struct sentence *sentence = lab->book.sentences + s;
    size_t n = 0;
    for (size_t t = 0; t < sentence->n_known && n < MAX_SENTENCE; t++)
        if (lab->book.ids[sentence->first + t] != word)
            out[n++] = lab->book.ids[sentence->first + t];
    return n;
}

// The sentences that hold a word lose it: where would the question for it find them now?
static void ask_lost(struct marks *m, const struct lab *lab, enum way way,
                     const struct panels *p, uint32_t word, const uint32_t *holders,
                     size_t n_holders)
{
    const size_t n = lab->book.n_sentences, d = lab->table.d_model;
    float *scores = allocate(n + LANES, sizeof *scores);
    float *query = allocate(2 * d, sizeof *query), *rest = query + d;
    uint32_t *ids = allocate(MAX_SENTENCE, sizeof *ids);
    (void)pool(query, lab, way, &word, 1);
    score_one(scores, query, p);
    for (size_t k = 0; k < n_holders; k++) {
        const size_t n_left = words_without(ids, lab, holders[k], word);
        if (!pool(rest, lab, way, ids, n_left))
            continue;
        const double length = sqrt(dot(rest, rest, d));
        const float score = length > 0.0 ? (float)(dot(query, rest, d) / length) : 0.0f;
        size_t above = 0;
        for (size_t s = 0; s < n; s++)
            above += scores[s] > score;
        m->hundred += above < 100;
        m->in_front += (double)above / (double)n;
        m->n_lost++;
    }
    free(ids);
    free(query);
    free(scores);
}

// the sentences that hold a word, at most MOST_HOLDERS + 1 of them
static size_t find_holders(uint32_t holders[MOST_HOLDERS + 1], const struct book *b,
                           uint32_t word)
{
    size_t n = 0;
    for (size_t s = 0; s < b->n_sentences && n <= MOST_HOLDERS; s++) {
        const uint32_t *ids = b->ids + b->sentences[s].first;
        size_t t = 0;
        while (t < b->sentences[s].n_known && ids[t] != word)
            t++;
        if (t < b->sentences[s].n_known)
            holders[n++] = (uint32_t)s;
    }
    return n;
}

static struct marks examine(struct lab *lab, enum way way)
{
    struct marks m = {0};
    struct panels p = {0};
    uint32_t holders[MOST_HOLDERS + 1];
    if (way > RARE_BAG) {
        p = open_panels(lab->rows[way], lab->book.n_sentences, lab->table.d_model);
        for (uint32_t v = 0; v < lab->table.vocab_size; v += EVERY) {
            if (lab->book.p[v] * (double)lab->book.n_tokens < LEAST_HOLDERS)
                continue;
            const size_t n = find_holders(holders, &lab->book, v);
            if (n >= LEAST_HOLDERS && n <= MOST_HOLDERS)
                ask_lost(&m, lab, way, &p, v, holders, n);
        }
    }
    ask_told(&m, lab, way, &p);
    close_panels(&p);
    return m;
}

static void show_exam(struct lab *lab)
{
    static const char *const names[N_WAYS] = {
        "exact words", "exact, by rarity",   "mean",           "mean, less first",
        "by rarity",   "rarity, less first", "same, dealt out"};
    heading("Does it find what we mean?");
    printf("%-18s%5s%7s%6s%6s\n", "", "lost", "front", "told", "place");
    for (enum way way = BAG; way < N_WAYS; way++) {
        if (way > RARE_BAG && !lab->rows[way]) {
            printf("%-18s ", names[way]);
            waits_for(is_weighted(way) ? "13.3" : "13.1",
                      is_weighted(way) ? "weighted_pool" : "mean_pool");
            continue;
        }
        if (lab->each)
            printf("%s:\n", names[way]);
        const struct marks m = examine(lab, way);
        printf("%-18s", names[way]);
        if (m.n_lost > 0)
            printf("%4.1f %%%6.3f", 100.0 * m.hundred / (double)m.n_lost,
                   m.in_front / (double)m.n_lost);
        else
            printf("%6s%6s", "-", "-");
        if (m.n_told > 0)
            printf("%3zu/%zu%6.0f\n", m.ten, m.n_told, m.middle);
        else
            printf("%6s%6s\n", "-", "-");
    }
}

/*
## The picture
*/

enum { HEIGHT = 16, WIDTH = 32, D_PATCH = 12 };

// a shade from 0 (black) to 1 (white), one of 256
static float shade(double x)
{
    return (float)(floor(255.0 * x + 0.5) / 255.0);
}

// sky, a sun, a hill, a house with a roof, a window and a door
static void draw_picture(float *image)
{
    for (int r = 0; r < HEIGHT; r++)
        for (int c = 0; c < WIDTH; c++) {
            double x = 0.85 - 0.02 * r;
            const int sun = (r - 4) * (r - 4) + (c - 25) * (c - 25);
            const int hill = 12 - (c > 16 ? (c - 16) / 4 : (16 - c) / 8);
            if (sun <= 9)
                x = 1.0;
            if (r >= hill)
                x = 0.45 + 0.01 * (c % 3);
            if (r >= 7 && r < 13 && c >= 5 && c < 14)
                x = 0.7;
            if (r >= 3 && r < 7 && c >= 11 - r && c <= 7 + r)
                x = 0.25;
            if ((r >= 10 && r < 13 && c >= 7 && c < 9) || (r == 9 && c == 11))
                x = 0.1;
            image[r * WIDTH + c] = shade(x);
        }
}

static void print_picture(const float *image)
{
    static const char shades[] = "@%#*+=-:. ";
    for (size_t r = 0; r < HEIGHT; r += 2) {
        for (size_t c = 0; c < WIDTH; c++)
            putchar(shades[(size_t)(9.0f * image[r * WIDTH + c])]);
        putchar('\n');
    }
}

static void plot_picture(const float *image)
{
    FILE *figure = open_figure("beyond-picture");
    if (!figure)
        return;
    fprintf(figure, "# kind: heat\n# title: The picture, a number for each pixel\n"
                    "# x: column\n# y: row\n");
    for (size_t c = 0; c < WIDTH; c++)
        fprintf(figure, "\t%zu", c);
    for (size_t r = 0; r < HEIGHT; r++) {
        fprintf(figure, "\n%zu", r);
        for (size_t c = 0; c < WIDTH; c++)
            fprintf(figure, "\t%.3f", (double)image[r * WIDTH + c]);
    }
    fprintf(figure, "\n");
    fclose(figure);
}

struct patches {
    float *flat, *rows, *matrix; // [n][size], [n][D_PATCH], [size][D_PATCH]
    size_t n, size;
};

// out[n][j] = sum over i of flat[n][i] * matrix[i][j]
static void times_matrix(float *out, const float *flat, const float *matrix, size_t n,
                         size_t size, size_t d)
{
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < d; j++) {
            double sum = 0.0;
            for (size_t i = 0; i < size; i++)
                sum += (double)flat[k * size + i] * (double)matrix[i * d + j];
            out[k * d + j] = (float)sum;
        }
}

static struct patches make_patches(const struct lab *lab, const float *image,
                                   bool *written)
{
    const size_t size = lab->patch * lab->patch, n = HEIGHT * WIDTH / size;
    struct patches p = {.n = n, .size = size};
    uint64_t rng = lab->seed;
    p.flat = allocate(n * size, sizeof(float));
    p.rows = allocate(n * D_PATCH, sizeof(float));
    p.matrix = allocate(size * D_PATCH, sizeof(float));
    fill_normal(p.matrix, size * D_PATCH, (float)(1.0 / sqrt((double)size)), &rng);
    *written = patchify(p.flat, image, HEIGHT, WIDTH, 1, lab->patch);
    times_matrix(p.rows, p.flat, p.matrix, n, size, D_PATCH);
    return p;
}

static void close_patches(struct patches *p)
{
    free(p->flat);
    free(p->rows);
    free(p->matrix);
}

// how many patches of a stand somewhere among those of b, number for number
static size_t count_common(const struct patches *a, const struct patches *b,
                           bool in_place)
{
    size_t n_common = 0;
    for (size_t k = 0; k < a->n; k++) {
        bool found = false;
        for (size_t m = in_place ? k : 0; m < (in_place ? k + 1 : b->n); m++)
            found = found || memcmp(a->flat + k * a->size, b->flat + m * b->size,
                                    a->size * sizeof *a->flat) == 0;
        n_common += found;
    }
    return n_common;
}

static size_t count_different(const struct patches *p)
{
    size_t n_different = 0;
    for (size_t k = 0; k < p->n; k++) {
        bool before = false;
        for (size_t m = 0; m < k; m++)
            before = before || memcmp(p->flat + k * p->size, p->flat + m * p->size,
                                      p->size * sizeof *p->flat) == 0;
        n_different += !before;
    }
    return n_different;
}

static void move_right(float *out, const float *image, size_t by)
{
    for (size_t r = 0; r < HEIGHT; r++)
        for (size_t c = 0; c < WIDTH; c++)
            out[r * WIDTH + c] = image[r * WIDTH + (c < by ? 0 : c - by)];
}

static double distance(const float *a, const float *b, size_t n)
{
    double square = 0.0;
    for (size_t i = 0; i < n; i++)
        square += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sqrt(square);
}

// half of this picture and half of its mirror image: is its row half of both rows?
static void show_half(const struct lab *lab, const float *image, const struct patches *p)
{
    float mirror[HEIGHT * WIDTH], half[HEIGHT * WIDTH];
    double largest = 0.0;
    bool written;
    for (size_t k = 0; k < HEIGHT * WIDTH; k++) {
        mirror[k] = image[k / WIDTH * WIDTH + (WIDTH - 1 - k % WIDTH)];
        half[k] = 0.5f * image[k] + 0.5f * mirror[k];
    }
    struct patches q = make_patches(lab, mirror, &written);
    struct patches h = make_patches(lab, half, &written);
    for (size_t k = 0; k < p->n * D_PATCH; k++)
        largest = fmax(largest, fabs((double)h.rows[k] - 0.5 * (double)p->rows[k] -
                                     0.5 * (double)q.rows[k]));
    printf("half the picture + half its mirror image:\nhalf of both rows, %s\n",
           largest < 1e-6 ? "within 0.000001" : "no");
    close_patches(&q);
    close_patches(&h);
}

static void show_small_step(const struct lab *lab, const float *image,
                            const struct patches *p)
{
    float other[HEIGHT * WIDTH];
    const struct table *t = &lab->table;
    bool written;
    memcpy(other, image, sizeof other);
    other[0] -= 1.0f / 255.0f;
    struct patches o = make_patches(lab, other, &written);
    const size_t d = t->d_model;
    size_t v = 0;
    while (v + 2 < t->vocab_size && strcmp(word_of(t, v), "dog") != 0)
        v++;
    printf("one pixel darker: %.4f away, %zu stay\n", distance(o.rows, p->rows, D_PATCH),
           count_common(&o, p, true));
    const int used = printf("the next id, %s for %s:", word_of(t, v + 1), word_of(t, v));
    printf(used > 31 ? "\n%.2f away\n" : " %.2f away\n",
           distance(t->wte + v * d, t->wte + (v + 1) * d, d));
    close_patches(&o);
}

static void show_moved(const struct lab *lab, const float *image, const struct patches *p,
                       size_t by)
{
    float moved[HEIGHT * WIDTH];
    bool written;
    move_right(moved, image, by);
    struct patches m = make_patches(lab, moved, &written);
    printf("moved %zu pixel%s: %zu of %zu patches are old\n", by, by == 1 ? "" : "s",
           count_common(&m, p, false), p->n);
    close_patches(&m);
}

static void show_picture(const struct lab *lab)
{
    float image[HEIGHT * WIDTH];
    bool written;
    draw_picture(image);
    plot_picture(image);
    heading("A picture in rows");
    print_picture(image);
    struct patches p = make_patches(lab, image, &written);
    if (written)
        printf("%zu patches of %zu pixels: %zu of 10^%.0f kinds\n", p.n, p.size,
               count_different(&p), floor((double)p.size * log10(256.0)));
    heading("A patch is a linear map");
    if (!written)
        waits_for("13.4", "patchify");
    else {
        show_half(lab, image, &p);
        show_small_step(lab, image, &p);
        show_moved(lab, image, &p, 1);
        if (lab->patch > 1)
            show_moved(lab, image, &p, lab->patch);
    }
    close_patches(&p);
}

/*
## Residues
*/

enum { N_RESIDUES = 20, MOST_ROUNDS = 60 };

static const char residues[] = "ARNDCQEGHILKMFPSTWYV";

// The scores of the first twenty letters, as the file has them.
static void read_scores(double scores[N_RESIDUES * N_RESIDUES], const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        give_up(1, "there is no file %s that can be read", path);
    size_t n = 0;
    for (const char *c = line; *c; c++)
        if (*c > ' ' && n < N_RESIDUES && *c != residues[n++])
            give_up(1, "%s: letter %zu is %c and not %c", path, n, *c, residues[n - 1]);
    for (size_t r = 0; r < N_RESIDUES; r++) {
        if (!fgets(line, sizeof line, file) || line[0] != residues[r])
            give_up(1, "%s: row %zu does not begin with %c", path, r + 1, residues[r]);
        char *at = line + 1, *end = at;
        for (size_t c = 0; c < N_RESIDUES; c++, at = end) {
            scores[r * N_RESIDUES + c] = strtod(at, &end);
            if (end == at || !(fabs(scores[r * N_RESIDUES + c]) < 100.0))
                give_up(1, "%s: number %zu of row %c is none", path, c + 1, residues[r]);
        }
    }
    fclose(file);
    for (size_t k = 0; k < N_RESIDUES * N_RESIDUES; k++)
        if (scores[k] < scores[k % N_RESIDUES * N_RESIDUES + k / N_RESIDUES])
            give_up(1, "%s is not symmetric", path);
}

struct eigen {
    double values[N_RESIDUES], vectors[N_RESIDUES * N_RESIDUES];
};

// the eigenvalues and eigenvectors of the scores, to each of which `shift` is added
static struct eigen find_eigen(const double *scores, double shift)
{
    enum { N = N_RESIDUES };
    struct eigen e = {{0}, {0}};
    double matrix[N * N], rest = 1.0;
    for (size_t k = 0; k < N * N; k++) {
        matrix[k] = scores[k] + shift;
        e.vectors[k] = k / N == k % N ? 1.0 : 0.0;
    }
    for (int round = 0; round < MOST_ROUNDS && rest > 1e-24; round++) {
        rest = 0.0;
        for (size_t p = 0; p < N; p++)
            for (size_t q = p + 1; q < N; q++) {
                rest += matrix[p * N + q] * matrix[p * N + q];
                turn(matrix, e.vectors, p, q, N);
            }
    }
    for (size_t k = 0; k < N; k++)
        e.values[k] = matrix[k * N + k];
    return e;
}

// groups that a textbook of chemistry has: fatty, aromatic, polar, + and - charged
static bool same_group(char a, char b)
{
    static const char *const groups[] = {"AVILM", "FWY", "STNQ", "KRH", "DE"};
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
        if (strchr(groups[k], a) && strchr(groups[k], b))
            return true;
    return false;
}

static size_t nearest_of(const float *rows, size_t r, size_t d)
{
    size_t best = r == 0;
    for (size_t c = 0; c < N_RESIDUES; c++)
        if (c != r && cosine_of(rows + r * d, rows + c * d, d) >
                          cosine_of(rows + r * d, rows + best * d, d))
            best = c;
    return best;
}

static size_t count_groups(const float *rows, size_t d)
{
    size_t n = 0;
    for (size_t r = 0; r < N_RESIDUES; r++)
        n += same_group(residues[r], residues[nearest_of(rows, r, d)]);
    return n;
}

static void show_width(const double *scores, const struct eigen *e, size_t d)
{
    float rows[N_RESIDUES * N_RESIDUES];
    double largest = 0.0;
    (void)residue_rows(rows, e->values, e->vectors, d, N_RESIDUES);
    for (size_t k = 0; k < N_RESIDUES * N_RESIDUES; k++)
        largest = fmax(largest,
                       fabs(dot(rows + k / N_RESIDUES * d, rows + k % N_RESIDUES * d, d) -
                            scores[k]));
    printf("%7zu%12zu of 17%17.2f\n", d, count_groups(rows, d), largest);
}

static void show_residue(const struct lab *lab, const float *rows)
{
    const size_t d = lab->d_residue;
    float cosines[N_RESIDUES];
    uint32_t top[N_RESIDUES];
    for (size_t r = 0; r < N_RESIDUES; r++)
        printf("%c>%c%s", residues[r], residues[nearest_of(rows, r, d)],
               r == 9   ? "\n"
               : r < 19 ? " "
                        : "");
    const size_t r = (size_t)(strchr(residues, lab->residue) - residues);
    for (size_t c = 0; c < N_RESIDUES; c++)
        cosines[c] = (float)cosine_of(rows + r * d, rows + c * d, d);
    const size_t n = best_rows(top, cosines, 5, N_RESIDUES, r);
    printf("\n%c:", lab->residue);
    for (size_t k = 0; k < n; k++)
        printf(" %c %.2f", residues[top[k]], (double)cosines[top[k]]);
    printf("\n");
}

static void plot_residues(const struct eigen *e)
{
    float rows[N_RESIDUES * 2];
    FILE *figure = open_figure("beyond-residues");
    if (!figure)
        return;
    (void)residue_rows(rows, e->values, e->vectors, 2, N_RESIDUES);
    fprintf(figure, "# kind: scatter\n# title: Twenty rows of two numbers\n"
                    "# x: first number\n# y: second number\nx\ty\tlabel\tgroup\n");
    for (size_t r = 0; r < N_RESIDUES; r++)
        fprintf(figure, "%.4f\t%.4f\t%c\t%s\n", (double)rows[2 * r],
                (double)rows[2 * r + 1], residues[r],
                same_group(residues[r], 'A')   ? "fatty"
                : same_group(residues[r], 'F') ? "aromatic"
                : same_group(residues[r], 'S') ? "polar"
                : same_group(residues[r], 'K') ? "charged +"
                : same_group(residues[r], 'D') ? "charged -"
                                               : "others");
    fclose(figure);
}

static int falling(const void *a, const void *b)
{
    return compare_doubles(b, a);
}

static void show_values(const double *scores)
{
    struct eigen e = find_eigen(scores, 0.0);
    double sorted[N_RESIDUES], lean = 0.0;
    size_t last = 0;
    memcpy(sorted, e.values, sizeof sorted);
    qsort(sorted, N_RESIDUES, sizeof *sorted, falling);
    printf("eigenvalues %.2f %.2f ... %.2f %.2f\n", sorted[0], sorted[1], sorted[18],
           sorted[19]);
    while (e.values[last] > sorted[19])
        last++;
    for (size_t i = 0; i < N_RESIDUES; i++)
        lean += e.vectors[last * N_RESIDUES + i] / sqrt((double)N_RESIDUES);
    printf("the last's and (1, 1, ... 1): cosine %.3f\n", fabs(lean));
    printf("%-18s", "added to each one");
    for (int k = 0; k < 3; k++)
        printf("%8.1f", 0.5 * (k + 1));
    printf("\n%-18s", "least eigenvalue");
    for (int k = 0; k < 3; k++) {
        e = find_eigen(scores, 0.5 * (k + 1));
        qsort(e.values, N_RESIDUES, sizeof *e.values, falling);
        printf("%8.2f", e.values[19]);
    }
    printf("\n");
}

static void show_residues(const struct lab *lab, const double *scores)
{
    const struct eigen e = find_eigen(scores, 0.0);
    float rows[N_RESIDUES * N_RESIDUES] = {0};
    heading("Twenty rows");
    show_values(scores);
    if (!residue_rows(rows, e.values, e.vectors, lab->d_residue, N_RESIDUES)) {
        waits_for("13.5", "residue_rows");
        return;
    }
    show_residue(lab, rows);
    printf("%7s%18s%17s\n", "numbers", "nearest in group", "off by up to");
    show_width(scores, &e, 2);
    show_width(scores, &e, 8);
    show_width(scores, &e, 19);
    for (size_t k = 0; k < N_RESIDUES * N_RESIDUES; k++)
        rows[k] = (float)scores[k];
    printf("the matrix itself: %zu of 17, by chance 2.4\n",
           count_groups(rows, N_RESIDUES));
    plot_residues(&e);
}

/*
## One product
*/

// x times a table, all of it, and how many of its rows count
static size_t product(float *out, const double *x, const float *table, size_t n, size_t d)
{
    size_t n_rows = 0;
    double *sum = allocate(d, sizeof *sum);
    for (size_t v = 0; v < n; v++) {
        n_rows += x[v] < 0.0 || x[v] > 0.0;
        for (size_t i = 0; i < d; i++)
            sum[i] += x[v] * (double)table[v * d + i];
    }
    for (size_t i = 0; i < d; i++)
        out[i] = (float)sum[i];
    free(sum);
    return n_rows;
}

static void show_product_of(const char *name, const double *x, const float *table,
                            size_t n, size_t d, const float *shortcut, const char *is)
{
    float *out = allocate(d, sizeof *out);
    double largest = 0.0;
    char all[48];
    const size_t n_rows = product(out, x, table, n, d);
    for (size_t i = 0; i < d; i++)
        largest = fmax(largest, fabs((double)out[i] - (double)shortcut[i]));
    printf("%-10s%4zu of %-8s%s %s\n", name, n_rows, with_commas(all, n), is,
           largest > 1e-5  ? "NOT"
           : largest > 0.0 ? "to 1e-5"
                           : "exactly");
    free(out);
}

static void show_words_as_product(struct lab *lab)
{
    const struct table *t = &lab->table;
    const struct question_ids q = read_question(lab, "the dog saved the man");
    double *x = allocate(t->vocab_size, sizeof *x);
    float *mean = allocate(t->d_model, sizeof *mean);
    if (q.n_known > 1 &&
        mean_pool(mean, t->wte, q.ids, q.n_known, t->vocab_size, t->d_model)) {
        x[q.ids[1]] = 1.0;
        show_product_of("a token", x, t->wte, t->vocab_size, t->d_model,
                        t->wte + q.ids[1] * t->d_model, "its row");
        x[q.ids[1]] = 0.0;
        for (size_t k = 0; k < q.n_known; k++)
            x[q.ids[k]] += 1.0 / (double)q.n_known;
        show_product_of("a sentence", x, t->wte, t->vocab_size, t->d_model, mean,
                        "the mean");
    } else
        waits_for("13.1", "mean_pool");
    free(mean);
    free(x);
}

static void show_patch_as_product(const struct lab *lab)
{
    float image[HEIGHT * WIDTH];
    double x[HEIGHT * WIDTH];
    bool written;
    draw_picture(image);
    struct patches p = make_patches(lab, image, &written);
    for (size_t i = 0; i < p.size; i++)
        x[i] = (double)p.flat[i];
    if (written)
        show_product_of("a patch", x, p.matrix, p.size, D_PATCH, p.rows, "its row");
    else
        waits_for("13.4", "patchify");
    close_patches(&p);
}

static void show_column_as_product(const struct lab *lab, const double *scores)
{
    const struct eigen e = find_eigen(scores, 0.0);
    float rows[N_RESIDUES * N_RESIDUES], mean[N_RESIDUES];
    double x[N_RESIDUES] = {0};
    const uint32_t ids[5] = {9, 9, 9, 19, 19}; // I I I V V
    const size_t d = lab->d_residue;
    if (!residue_rows(rows, e.values, e.vectors, d, N_RESIDUES)) {
        waits_for("13.5", "residue_rows");
        return;
    }
    if (!mean_pool(mean, rows, ids, 5, N_RESIDUES, d)) {
        waits_for("13.1", "mean_pool");
        return;
    }
    for (size_t k = 0; k < 5; k++)
        x[ids[k]] += 0.2;
    show_product_of("I I I V V", x, rows, N_RESIDUES, d, mean, "the mean");
}

static void show_products(struct lab *lab, const double *scores)
{
    heading("One product");
    printf("%-10s%14s  %s\n", "", "rows that count", "product");
    show_words_as_product(lab);
    show_column_as_product(lab, scores);
    show_patch_as_product(lab);
}

/*
## The bench
*/

// carried over from chapter 7
static void report(const char *what, double ratio, bool at_least, double want)
{
    bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-52s ~%-7.2f want %s %-5g %s\n", what, ratio, at_least ? ">=" : "<=", want,
           ok ? "ok" : "missed");
}
// end of what was carried over
// seconds to read all rows once, and do next to nothing with them
static double time_reading(const struct panels *p)
{
    double best = INFINITY;
    volatile float kept = 0.0f;
    for (int round = 0; round < 9; round++) {
        const double start = seconds();
        float sum[LANES] = {0};
        for (size_t k = 0; k < p->n_panels * p->d_model; k++)
            for (size_t c = 0; c < LANES; c++)
                sum[c] += p->numbers[k * LANES + c];
        const double spent = seconds() - start;
        kept = kept + sum[0] + sum[LANES - 1];
        best = spent < best ? spent : best;
    }
    return best;
}

static double time_search(const struct panels *p, bool yours, const float *rows)
{
    uint32_t found[10];
    double cosines[10], best = INFINITY;
    float *scores = allocate(p->n_panels * LANES, sizeof *scores);
    for (size_t round = 0; round < 9; round++) {
        const float *query = p->unit + round * p->d_model;
        const double start = seconds();
        if (yours && !search(found, cosines, rows, query, 10, p->vocab_size, p->d_model))
            best = (double)NAN;
        if (!yours) {
            score_one(scores, query, p);
            (void)best_rows(found, scores, 10, p->vocab_size, p->vocab_size);
        }
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    free(scores);
    return best;
}

static void show_bench(const struct lab *lab)
{
    heading("Benchmarks of chapter 13");
    if (!lab->rows[MEAN]) {
        waits_for("13.1", "mean_pool");
        return;
    }
    struct panels p =
        open_panels(lab->rows[MEAN], lab->book.n_sentences, lab->table.d_model);
    const double reading = time_reading(&p), fast = time_search(&p, false, NULL);
    const double yours = time_search(&p, true, lab->rows[MEAN]);
    printf("ten of %zu sentences: ~%.2f ms\n", p.vocab_size, 1e3 * fast);
    report("time of a search / reading all rows once", fast / reading, false, 6);
    if (isnan(yours))
        waits_for("13.2", "search");
    else
        printf("exercise 13.2 takes ~%.1f ms, ~%.0f times as long\n", 1e3 * yours,
               yours / fast);
    close_panels(&p);
}

/*
## What you can change

The program takes settings: `build/13_beyond ask="disease and fever" k=5`, for example. Each has
a row in the table below, and `build/13_beyond settings` prints them. The numbers in the text are
those of the defaults.
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
    {"ask", "text", "thieves stole the birds", 1, MAX_ASK,
     "what to search the novel for"},
    {"k", "whole", "2", 1, MAX_FOUND, "how many sentences each way of searching shows"},
    {"weight", "number", "0.001", 0.0000001, 1000000,
     "a word with this share of the text weighs a half"},
    {"patch", "whole", "4", 1, 16, "pixels on a side of a patch: 1, 2, 4, 8 or 16"},
    {"residue", "text", "W", 1, 1, "a residue whose neighbours are shown"},
    {"d", "whole", "8", 1, N_RESIDUES, "numbers in a residue's row"},
    {"each", "whole", "0", 0, 1, "1: the place of each told thought, way by way"},
    {"seed", "whole", "1", 1, 1000000, "for the patches' matrix and the dealt rows"},
    {"rows", "whole", "10000", LEAST_ROWS, 10000000,
     "the first rows of a table that are looked at"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static struct lab read_choice(char **args)
{
    struct lab lab = {
        .ask = setting_text(settings, args, "ask"),
        .n_found = (size_t)setting_number(settings, args, "k"),
        .a = setting_number(settings, args, "weight"),
        .patch = (size_t)setting_number(settings, args, "patch"),
        .residue = setting_text(settings, args, "residue")[0],
        .d_residue = (size_t)setting_number(settings, args, "d"),
        .each = setting_number(settings, args, "each") > 0.0,
        .seed = (uint64_t)setting_number(settings, args, "seed"),
    };
    if (lab.residue >= 'a' && lab.residue <= 'z')
        lab.residue = (char)(lab.residue - 'a' + 'A');
    if (!strchr(residues, lab.residue))
        give_up(2, "residue= takes one of the letters %s", residues);
    if (HEIGHT % lab.patch != 0)
        give_up(2, "patch= takes 1, 2, 4, 8 or 16: it has to divide %d and %d", HEIGHT,
                WIDTH);
    return lab;
}

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static void open_lab(struct lab *lab, size_t most_rows)
{
    const char *table = getenv("TABLE"), *text = getenv("TEXT");
    lab->table = open_table(
        table && *table ? table : "chapters/data/glove/glove_100d_10000.bin", most_rows);
    lab->book =
        open_book(text && *text ? text : "chapters/data/austen/emma.txt", &lab->table);
    lab->shuffled = deal_rows(&lab->table, lab->seed);
    for (enum way way = MEAN; way < N_WAYS; way++)
        pool_book(lab, way);
}

static void close_lab(struct lab *lab)
{
    for (enum way way = BAG; way < N_WAYS; way++) {
        free(lab->rows[way]);
        free(lab->top[way]);
    }
    free(lab->shuffled);
    close_book(&lab->book);
    close_table(&lab->table);
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    struct lab lab = read_choice(args);
    double scores[N_RESIDUES * N_RESIDUES];
    read_scores(scores, "chapters/data/blosum/blosum62.txt");
    open_lab(&lab, (size_t)setting_number(settings, args, "rows"));
    if (asks_for_bench(args))
        show_bench(&lab);
    else {
        show_sentences(&lab);
        show_novel(&lab);
        show_search(&lab);
        show_picture(&lab);
        show_residues(&lab, scores);
        show_products(&lab, scores);
        show_exam(&lab); // what takes longest comes last
    }
    close_lab(&lab);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="13.1"}
Can you finish one number of the row before you look at the next, and what must be known before the
first is written?
:::

::: {.hint exercise="13.1"}
out[i] = (float)(sum over t of (double)wte[ids[t] * d_model + i] / (double)n_tokens), for each i.
:::

::: {.hint exercise="13.1"}
Return false if n_tokens is 0. Walk over all ids, and return false at the first that is not below
vocab_size. Then a loop over i; inside it a double sum that starts at 0, a loop over t that adds
number i of row ids[t], and at its end the division, converted to float. Return true.
:::

::: {.hint exercise="13.2"}
If you look at the rows one by one and keep the best that you have seen in order: where does a new
one belong, and which one falls out?
:::

::: {.hint exercise="13.2"}
The new cosine s goes in front of all kept ones that are smaller than s, and behind those that are
greater or equal. Since the rows come in rising order, equal cosines then stand in the order of
their numbers.
:::

::: {.hint exercise="13.2"}
Refuse n_found > n_rows. If n_found is 0, return true. Loop over r and compute the cosine in double
(0 if a sum of squares is 0). Keep a count n. Start at place k = n, or at n_found - 1 if n is n_found
and s is greater than the last one; if it is not, go to the next r. While k > 0 and cosines[k - 1] < s,
move place k - 1 to place k and go one down. Write s and r to place k.
:::

::: {.hint exercise="13.3"}
It is exercise 13.1 with one more factor. Which table does p belong to: that of the tokens or that of
the words?
:::

::: {.hint exercise="13.3"}
w = a / (a + p[ids[t]]), and out[i] = (float)(sum over t of w * (double)wte[ids[t] * d_model + i] /
(double)n_tokens).
:::

::: {.hint exercise="13.3"}
Return false if n_tokens is 0 or if not (a > 0 and a < INFINITY). Walk over t: return false if ids[t]
is not below vocab_size, and only then look at p[ids[t]]; return false if not (it is >= 0 and <= 1).
Then as in 13.1, with each number multiplied by a / (a + p[ids[t]]) in double.
:::

::: {.hint exercise="13.4"}
Which four or five numbers say where you are: the strip, the patch in it, the row in the patch, the
pixel in the row, the channel? In which order do they run?
:::

::: {.hint exercise="13.4"}
With R and C for the patch, r and c within it, and k the channel, the number comes from
image[((R * patch + r) * width + C * patch + c) * n_channels + k].
:::

::: {.hint exercise="13.4"}
Return false if patch is 0 (first!) or if height % patch or width % patch is not 0. Then five loops, one
in the other: R up to height / patch, C up to width / patch, r up to patch, c up to patch, k up to
n_channels. In the innermost, copy one number to the next place of out.
:::

::: {.hint exercise="13.5"}
Do you need to sort, or is it enough to know of each eigenvalue how many come before it?
:::

::: {.hint exercise="13.5"}
The place k of eigenvalue e is the number of those that are greater, and of equal ones with a smaller
index. Then out[r * d_model + k] = (float)(sqrt(values[e]) * vectors[e * n + r]), or 0 if values[e] is not
greater than 0.
:::

::: {.hint exercise="13.5"}
Refuse d_model > n. Loop over e. Count the others with values[other] > values[e], or equal and
other < e: that is k. If k is not below d_model, go to the next e. Otherwise loop over r and write the
number of column k, 0 if values[e] <= 0. Since there are n eigenvalues and d_model is at most n, every
column is written.
:::
*/
