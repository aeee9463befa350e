/*
# Is an embedding layer just a matrix product? {#lookup}

*The dog saw the cat eat the apple.* You read this and see a dog, a cat and an
apple. A language model, which is a program that guesses the next word of a text, gets
to see 0, 1, 2, 0, 3, 4, 0, 5: one number for each word, here handed out in the order in
which the words turned up. The first thing that it does, before anything that looks
like understanding, is to exchange each of these numbers for a row of a table.

![Ids go in, rows come out. An id says which row of the table is wanted; the row is
copied, and no other row is looked at. (The shades only tell the rows
apart.)](drawing:lookup){alt="The eight words of the sentence with their ids, a table of six rows of three numbers, and eight copies. An
arrow leads from each id to its row and on to its copy. Row 0, of the word the, is
copied three times."}

Models are built of *layers*, and each works on what the layer below hands it. The lowest
one, which exchanges ids for rows, is called an *embedding*, and its table is the table of
embeddings. In GPT-2, a language model of 2019, that table has [50,257]{.n section="The work for one id"} rows, one for each piece of text
that the model knows, and [768]{.n section="The work for one id"} numbers in each row, in the
smallest of its four sizes [@radford2019, sec. 2.3 and table 2]. Number 3,797 goes in, row
3,797 comes out.

Ask what such a layer computes and you will hear one of two answers. The
mathematician says: it multiplies by a matrix. The programmer says: it reads an
array. Both are right. [If a lookup is a product, why do a few bits come out differently,
and why does even the fastest product fall so far behind?]{.teaser} In this
chapter you write both, run both on a table of GPT-2's size, and find out exactly where
they part.

You need C and nothing else: no machine learning, and no more mathematics than
sums, products and now and then a square root. This page is itself a C file, and it
compiles as it stands: `cc -O2 chapters/01_lookup.c -lm`. Five functions in it are
empty. You write each one where the text arrives at it; `make chapter1` builds the
file, runs it, and says what to do next. A part of the program that needs a function
you have not written says so and steps aside, so you can run it at any time. It
prints its parts in the order of this page; only the race, and what explains it, come last.
Start now.
*/

#include <inttypes.h>
#include <math.h>
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

/*
## A sentence becomes numbers

Let the program do what we just did by eye (with small letters and no full stop: to it *The*
and *the* are two words). It cuts the sentence at its spaces and gives each word a number. A
word that it has not met before gets the next free number; a word that it has met keeps the
one it has.
*/

enum { MAX_TOKENS = 10, MAX_BYTES = 15 };

struct text {
    char words[MAX_TOKENS][MAX_BYTES + 1]; // words[v]: the word that id v stands for
    uint32_t ids[MAX_TOKENS];              // ids[t]: the id of the word at position t
    size_t vocab_size;
    size_t n_tokens;
};

// the id of a word; a new word gets the next free id
static uint32_t word_id(struct text *text, const char *word)
{
    for (size_t v = 0; v < text->vocab_size; v++)
        if (strcmp(text->words[v], word) == 0)
            return (uint32_t)v;
    strcpy(text->words[text->vocab_size], word);
    return (uint32_t)text->vocab_size++;
}

/*
::: {.output section="A sentence becomes ids" set="sentence"}
:::

Four terms are needed from here on, in every chapter. A **token** is
one piece of the text: here a word, so the sentence has
[8]{.n section="A sentence becomes ids"} tokens. The **vocabulary** is the list
of all different tokens; its size is written $V$, in code `vocab_size`, and here
it is [6]{.n section="A sentence becomes ids" at="different words:2"}. An **id** is a token's number,
from 0 to $V - 1$. And a **position** $t$ says where in the text a token
stands: "the" has one id, 0, and three positions, 0, 3 and 6.

::: aside
GPT-2's tokens are not words but *pieces* of words, found by counting which
bytes often stand together [@radford2019, sec. 2.2]. The list begins with the 256 bytes
themselves, so that any text can be written; then 50,000 times a frequent pair was joined
to one piece more; one more token marks the end of a text: $256 + 50{,}000 + 1 = 50{,}257$. A
common word is one piece, a rare one is several. The space before a word belongs to the
word's first piece, so that `" cat"` is token 3,797, and `"cat"` with no space before it,
as at the start of a text, is token 9,246: two ids, and two rows of the table. Nothing in
this chapter depends on how the pieces were found. (Chapter 11 finds some; the list of all
50,000 joins [@gpt2code] is `chapters/data/gpt2/merges.txt`. Counted from 0, these
two are its joins 3,541 and 8,990, on lines 3,543 and 8,992.)
:::

The program takes a sentence of your own:
`build/01_lookup sentence="a rose is a rose"`. Every part that sends the sentence
through a table then sends yours; those that compare cat, dog and apple keep these three.

## An id is a name, not an amount

Could the model compute with the ids as they are? It adds and multiplies what it
gets, so let us add and divide. The mean of "dog" and "apple" is
$(1 + 5) / 2 = 3$, and 3 is "cat". Had the sentence begun with "a" instead of "the", the apple
would have been 6, the mean 3.5, and no word at all. Ids are like the numbers on football
shirts: they tell the players apart, and the mean of two of them says nothing
about either.

::: aside
On shirts the 1 keeps goal, and GPT-2's ids are not quite arbitrary either: its pieces
are numbered in the order in which they were joined, so that a small number tends to
mean a common piece. Token 262 is `" the"`. That is a rank, though, and still nothing
to take a mean of.
:::

We need an input in which no word is larger than another, and no word lies
between two others. There is an old and honest way to build one: give each
word of the vocabulary a switch of its own. To say "cat", turn on the switch of
"cat" and leave all the others off. The row of switches is called a **one-hot**
vector, and a text of $T$ tokens becomes a matrix with $T$ rows and $V$
columns:

$$X_{tv} = \begin{cases} 1 & \text{if } v = \mathrm{id}_t \\ 0 & \text{otherwise.} \end{cases}$$

All matrices in this course are stored flat, one row after the other, in an
array of `float`. Element $(t, v)$ of a matrix with $V$ columns is then number
$t V + v$ of the array.
*/

/*
## Exercise 1.1: one row of switches for each token {#one-hot .exercise}

Write the matrix $X$ of one-hot rows. With ids 2, 0 and a vocabulary of 3, two
rows of three numbers come out:

| $t$ | id | row     | in memory           |
|:----|:---|:--------|:--------------------|
| 0   | 2  | 0, 0, 1 | `out[0]` … `out[2]` |
| 1   | 0  | 1, 0, 0 | `out[3]` … `out[5]` |

You do not know what `out` holds when you get it, so write the zeros as well as
the ones. An id that is not below `vocab_size` has no switch: then return
`false`, and leave every float of `out` as it was, even those of the ids before
it. A caller can then trust that `out` holds either the whole answer or what it
held before. With a vocabulary of 0 words no id has a switch. But no ids at all are
no error: there is nothing to write, and you return `true`.

Three rules hold for all exercises of this course. A size of 0 is no error unless
the exercise says so: then do nothing, and report success. A function keeps
nothing from call to call: the same arguments give the same answer, whatever was
called before, so no `static` variable remembers anything. And sizes may be as
large as memory: no array of a fixed length will do for all of them.
*/

// out[t][v] = 1 if v == ids[t], else 0
//   out [n_tokens][vocab_size]   ids [n_tokens]
// false, and out untouched, if an id is not below vocab_size; no ids: true
EXERCISE bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    // your code here
    (void)out, (void)ids, (void)n_tokens, (void)vocab_size;
    return false;
}

/*
::: {.output section="One row of switches for each token"}
:::

Read down the column of "the": its ones stand exactly where the word stands in
the sentence. Nothing is lost. From $X$ you can get the ids back, and from the
ids the sentence. Yet these rows have two faults.

## The first fault: what the zeros cost

Six switches are no burden. GPT-2 has [50,257]{.n section="What the zeros cost"}
of them for every token, and reads up to
[1,024]{.n section="What the zeros cost"} tokens at a time [@radford2019, sec. 2.3].

::: {.output section="What the zeros cost"}
:::

A token takes [201,028]{.n section="What the zeros cost"} bytes to say what an
id says in [4]{.n section="What the zeros cost"}. A full text takes
[205,852,672]{.n section="What the zeros cost"}.

::: belief
**"One-hot vectors are wasteful because they are sparse."** Sparse means: nearly
all entries are zero. But being sparse is what is *good* about these rows. A row
with a single one in it can be written down as a single number, which is the id,
and soon you will see that all the work with it shrinks in the same proportion.
What costs is to *materialise* the row: to put those zeros into memory and then
to compute with them as if they were news.
:::

## The second fault: nobody is near anybody

The other fault is not about cost, and no cleverness with memory repairs it.

Suppose the model has learned something about the dog: that it runs, eats and sleeps. It
would be good if a little of that also counted for the cat, which is an animal and a pet
too, and less of it for the apple. For that, the vectors of "dog" and "cat" have
to be close to one another in some sense. Are they? The distance between two points
is the root of the summed squares of their differences, in six dimensions as in
two. "Cat" and "dog" differ in two places, by 1 each time:

$$\sqrt{0 + (0-1)^2 + 0 + (1-0)^2 + 0 + 0} = \sqrt{2}.$$

And "cat" and "apple"? They also differ in two places, by 1 each time. So does
every pair. With one-hot vectors all distances are $\sqrt 2$: the switches have
made all words different, and all of them *equally* different.

### Five questions

Now let us cheat. We choose five questions and answer them by hand with numbers
between 0 and 1: has it a tail? is it an animal, edible, a pet, a fruit?
*/

enum { N_NAMED = 3, N_FEATURES = 5, SMALL_VOCAB = 6 };

static const char *const named[N_NAMED] = {"cat", "dog", "apple"};

//   columns: tail, animal, edible, pet, fruit
static const float features[N_NAMED * N_FEATURES] = {
    0.90f, 0.88f, 0.10f, 0.85f, 0.00f, // cat
    0.95f, 0.93f, 0.05f, 0.90f, 0.00f, // dog
    0.00f, 0.00f, 0.95f, 0.00f, 0.98f, // apple
};

// the same three words as one-hot rows: ids 3, 1 and 5 of 6
static const float switches[N_NAMED * SMALL_VOCAB] = {
    0, 0, 0, 1, 0, 0, // cat
    0, 1, 0, 0, 0, 0, // dog
    0, 0, 0, 0, 0, 1, // apple
};

// how far rows a and b of a matrix with n columns are apart
static double distance(const float *matrix, size_t a, size_t b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double difference = (double)matrix[a * n + i] - matrix[b * n + i];
        sum += difference * difference;
    }
    return sqrt(sum);
}

/*
::: {.output section="How far apart"}
:::

Cat and dog differ by 0.05 in four places, so their distance is
$\sqrt{4 \times 0.0025} = 0.1$, printed as
[0.1000]{.n section="How far apart"}; the apple is about twenty times as far
from either. And the price has gone too: five numbers for each word, however
many words there are. The features have neither fault.

They have another: who fills in the table? Nobody will answer five questions,
or [768]{.n section="The work for one id"} of them, for
[50,257]{.n section="The work for one id"} pieces of text, and no one knows which
questions to ask. The idea that all of this course rests on is to *not ask*. Let
the table begin with random numbers, let the model use it, and let training move
the numbers in whatever direction makes the model's guesses better. The hope is that words
that keep the same company are then moved in the same directions. That words can be told
apart, and grouped, by the company they keep is an old thought in linguistics [@harris1954],
and that a model can learn such a table while it learns to predict the next word is not
new either [@bengio2003]. Chapter 2 makes the random numbers; chapter 3 does the
training, and finds out whether the hope is good, and which company counts.

A learned table has a row for each word, as ours has, but its columns have no names. Do not
expect to find a tail in column 17.

What is left for this chapter is the bridge: how does a model get from a one-hot
row of $V$ switches to a *dense* row, of $d$ numbers that are hardly ever zero?

## The bridge is a product

From a vector to a vector there is one operation that every *neural network*, the kind
of model that this course is about, knows how to do, and to train: multiply by a matrix.
Let us do it once, slowly. Take a vocabulary of three and rows of two numbers. The table
is called $E$, for embedding, and its shape is $V \times d$, here $3 \times 2$. The token is
number 1, so its switches are $(0, 1, 0)$:

$$
\begin{pmatrix} 0 & 1 & 0 \end{pmatrix}
\begin{pmatrix} 10 & 11 \\ 20 & 21 \\ 30 & 31 \end{pmatrix}
= \begin{pmatrix} 20 & 21 \end{pmatrix}
$$

$$
\begin{aligned}
20 &= 0 \cdot 10 + 1 \cdot 20 + 0 \cdot 30 \\
21 &= 0 \cdot 11 + 1 \cdot 21 + 0 \cdot 31
\end{aligned}
$$

Each output is a walk down one column of $E$, with the switches as factors. The only
factor that is not zero stands at place 1, so what arrives is place 1 of each
column. Put side by side, they are row 1 of the table.

![One-hot row times table. Every product but one has a zero in it, and what survives
is a row of the table.](drawing:product){alt="The switches 0, 1, 0 times the rows
of the table: 0 times row 0 leaves nothing, 1 times row 1 leaves 20, 21, and 0 times row
2 leaves nothing. The sum of the three terms is row 1."}

To see the whole sentence cross the bridge we need a product of matrices.
*/

/*
## Exercise 1.2: rows times columns {#matmul .exercise}

Write the product of any two matrices. You will meet this function in nearly
every model, and mostly with no zeros in it, so it knows nothing about one-hot
rows. With $a = (2, 3)$, one row of two, and a matrix $b$ of two rows of
three, three numbers come out:

$$
\begin{pmatrix} 2 & 3 \end{pmatrix}
\begin{pmatrix} 1 & 0 & 4 \\ 5 & 1 & 0 \end{pmatrix}
= \begin{pmatrix} 17 & 3 & 8 \end{pmatrix}
$$

$$
\begin{aligned}
17 &= 2 \cdot 1 + 3 \cdot 5 \\
3 &= 2 \cdot 0 + 3 \cdot 1 \\
8 &= 2 \cdot 4 + 3 \cdot 0
\end{aligned}
$$

The number of columns of `a` is the number of rows of `b`: `n_inner`. As before,
`out` holds rubbish when you get it. Multiply the zeros too, without looking: an
`if` that skips them would be another algorithm, and what it would change is a
question at the end of the chapter. A matrix with no rows or no columns is more
likely a mistake than a wish, so if any of the three sizes is 0, return `false`
and leave `out` alone.
*/

// out[r][c] = sum over k of a[r][k] * b[k][c]
//   out [n_rows][n_cols]   a [n_rows][n_inner]   b [n_inner][n_cols]
// false, and out untouched, if a size is 0
EXERCISE bool matmul(float *out, const float *a, const float *b, size_t n_rows,
                     size_t n_inner, size_t n_cols)
{
    // your code here
    (void)out, (void)a, (void)b, (void)n_rows, (void)n_inner, (void)n_cols;
    return false;
}

/*
## The product is a lookup

What happened in the small example happens always. Here is the product with
indices:

$$\mathrm{out}_{ti} = \sum_{v=0}^{V-1} X_{tv} \, E_{vi} = E_{\mathrm{id}_t,\, i}$$

The sum has $V$ terms. In all of them but one, the factor $X_{tv}$ is 0. In the
one that is left, $v$ is the id of token $t$ and the factor is 1. The sum
*is* that entry of the table. It holds for each $i$, so row $t$ of the result is
row $\mathrm{id}_t$ of $E$, unchanged. No multiplication was needed, and no
addition: the product only moves numbers that are already there.

So we can leave the product out, and move them.
*/

/*
## Exercise 1.3: copy the rows {#embedding-forward .exercise}

For each token, copy its row of the table. `wte` is the name of the table in
GPT-2's published code; read it as *weights of the token embedding*: the numbers that
a model learns are called its weights. $d$, the length of a row, is `d_model`. With the table of
the example above, and ids 2, 0, 2:

| $t$ | id | row of `out` |
|:----|:---|:-------------|
| 0   | 2  | 30, 31       |
| 1   | 0  | 10, 11       |
| 2   | 2  | 30, 31       |

A token may occur as often as it likes, in any order. But an id that is not below
`vocab_size`, even the very last one, and even with a `d_model` of 0, makes the call fail: `false`, and not one
float of `out` written. C would not have stopped you. With luck the program would have
crashed; without, it would have fetched whatever lies behind the table, and gone on with that.

Compute offsets in `size_t`: on nearly all machines an `int` ends at 2,147,483,647. GPT-3
has the tokens of GPT-2 [@brown2020, sec. 2.1], and rows of 12,288 numbers (table 2.1
there): 50,257 × 12,288 = 617,558,016 floats, in 2,470,232,064 bytes. An `int` can still count
the floats, and no longer the bytes; with four times as many tokens, neither.
*/

// out[t][i] = wte[ids[t]][i]
//   out [n_tokens][d_model]   wte [vocab_size][d_model]   ids [n_tokens]
// false, and out untouched, if an id is not below vocab_size; no ids: true
EXERCISE bool embedding_forward(float *out, const float *wte, const uint32_t *ids,
                                size_t n_tokens, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)out, (void)wte, (void)ids, (void)n_tokens, (void)vocab_size, (void)d_model;
    return false;
}

/*
## Side by side

Now put the two side by side, on a table that somebody else can check. PyTorch, a
library in which many models are written, has an embedding layer too. On a CPU,
these lines of Python fill it with the eighteen random numbers below, and look up
the first five ids of our sentence:

```python
import torch
torch.manual_seed(123)
layer = torch.nn.Embedding(6, 3)
ids = torch.tensor([0, 1, 2, 0, 3])
print(layer(ids))
```

(The layer is called like a function. `layer[3]` is an error; row 3 alone is
`layer.weight[3]`.) Our words have ids 0 to 5, so the table fits our sentence. How
the seed 123 becomes these eighteen numbers is the question of chapter 2.
*/

enum { SMALL_D = 3 };

static const float small_wte[MAX_TOKENS * SMALL_D] = {
    0.337370187f,  -0.177777216f, -0.168956280f, // 0 the
    0.917764604f,  1.580969570f,  1.301039930f,  // 1 dog
    1.275301220f,  -0.200953096f, -0.160563782f, // 2 saw
    -0.401488006f, 0.966571569f,  -1.148144010f, // 3 cat
    -1.158867840f, 0.325471014f,  -0.631505370f, // 4 eat
    -2.839993950f, -0.784853339f, -1.409572480f, // 5 apple
    0.6f,          -0.6f,         0.6f,          // 6 to 9: ours, for longer sentences
    0.7f,          0.7f,          -0.7f,         // 7
    -0.8f,         0.8f,          0.8f,          // 8
    0.9f,          -0.9f,         -0.9f,         // 9
};

/*
::: {.output section="The product is a lookup" set="sentence"}
:::

::: belief
**"Id 3 gives the third row."** Count along in the table above: id 3 is "cat", and
its row starts with [-0.4015]{.n .kept section="The product is a lookup"}. That is the
*fourth* row. Ids are indices, and indices count from 0. "Row 3" is safe to say
and "the third row" is not.
:::

::: belief
**"An embedding is an alternative to one-hot."** So it is often introduced: first
one-hot vectors, then their faults, then embeddings *instead*. But an embedding
layer *is* one-hot times a matrix; the output above has just computed it, and the copy
gave the same bits. What is thrown away is not the idea of one-hot, only the labour
of writing it down. You will want this back in chapter 3: how to train the table
follows at once from the fact that it is a matrix in a product.
:::

## What the work costs

Both hand over the same rows. Do they cost the same? Let us first count, for one id and
rows of $d = 768$. The product multiplies each of the $V d$ numbers of the table once, and
to do so must read all of them, and $V$ switches. The lookup reads one id and one row.

::: {.output section="The work for one id"}
:::

![Bytes read to fetch one row. The product's line climbs with the table; the
lookup's is flat, because it never looks at the rows that it does not
want.](figure:bytes-read){#fig-bytes-read}

At GPT-2's size the product does
[38,597,376]{.n section="The work for one id"} multiplications, to hand over 768 numbers
that were already there. And it reads
[154,590,532]{.n section="The work for one id"} bytes where the lookup reads
[3,076]{.n section="The work for one id"}. That is 50,257 times as many, once for each row.

::: predict
If all that counted were bytes, one id would take the product 50,257 times as long as the
lookup. Does your `matmul`, three loops straight from the formula, take more than that, or
less? And the fastest product that we could write, if it too multiplies by every zero? Write
down two numbers.

:::: answer
More, and less. By how much, the last two lines of the race say: on the machines that we tried
the one took a few hundred thousand to a few million times as long, the other some thousands (as
`make` builds it; without wide instructions more).
::::
:::

## The race

Three racers fetch rows from a table of GPT-2's size, and from smaller ones. `matmul` and
`lookup` are yours, exercises 1.2 and 1.3. But a race against a slow runner proves little. So
there is a third, `tiles`: the same product, made as fast as we could, which fetches the rows
of 128 ids together; a 128th of its time counts as that of one id. How it works comes
[later](#where-the-products-time-goes). Before the start it has to hand over rows of a table of
a thousand rows, to the last bit, or the race is off. On the machine that built this page:

::: {.output section="The race: microseconds for one id" set="vocab"}
:::

![The race, both axes in powers of ten. Both products climb with the table, and the lookup
lies nearly flat: all that was done for the tiles makes a product faster, and does not change
the direction in which it goes.](figure:lookup-cost){#fig-lookup-cost}

Look at the last two lines, and at your guesses. In the large table the lookup beats even the
best product by a factor of more than a thousand, and the factor grows with the vocabulary.
However fast a product becomes, as long as it multiplies by every zero one id costs it
[38,597,376]{.n section="The work for one id"} multiplications. The lookup does none.

::: aside
The table holds numbers between $-0.5$ and 0.5; which ones does not matter for the time. Each
racer runs for a hundredth of a second or more, and where that makes several runs the best
counts: whatever else the machine was doing can only have made a run slower. The lookup gets new random ids for
every run, so that it does not simply fetch the rows of the run before once more.
:::

Why the plain product takes more than 50,257 times as long, and the tiles take less, is told
[after the questions](#where-the-products-time-goes): it lies in how memory works, and in which
additions may go side by side.

## Equal in algebra, not in bits

Time is the one difference. The other is smaller, and stranger. We have a proof that the
product is the lookup, and a program that compared them and said "same bits". Now for what
the proof forgot.

It said: a term with the factor 0 is 0. That is true of real numbers. A `float` is
not quite a real number. Some of its 32-bit patterns stand for infinity, and some for
NaN, *not a number*, which is what $0/0$ leaves behind. Arithmetic with a NaN gives a
NaN again: zero times a NaN is NaN, and zero times infinity is NaN too
[@ieee754, secs. 6.2 and 7.2]. So what if a few entries of the table go bad, say in training,
where such things happen?

::: predict
The program puts NaN into the three numbers of row 4, "eat", and sends the whole
sentence through: 8 tokens, 24 outputs, and "eat" occurs once. How many of the 24
are NaN after the lookup? How many after the product?

:::: answer
[3]{.n section="Equal in algebra, not in bits" at="row 4"} after the lookup,
[24]{.n section="Equal in algebra, not in bits"} after the product: every one of them. Each sum
over a column meets the NaN that stands in it; in all but one of a column's eight sums its factor
is 0, and $0 \times \mathrm{NaN}$ is as bad as any.
::::
:::

::: {.output section="Equal in algebra, not in bits" set="row value" follows="sentence"}
:::

The lookup has lost the outputs of the one token that names the row. It cannot lose more: what it
does not read cannot hurt it. The product has lost outputs of tokens that have nothing to do with
"eat". (By `==` a NaN differs even from itself. In the columns at the right an output that is NaN
on both sides counts as no difference.)

### A sign is lost

The second line of the output is quieter. There row 3, "cat", is made of `-0.0`.
Floating point has two zeros, one for each state of the sign bit, and they compare as
equal; `-0.0` is what remains, for one, when a small negative number becomes too small
to be told from zero. The lookup copies the pattern, `80000000`. The product starts its
sum at `+0.0`, and adds products of zero, and then $1 \times (-0.0) = -0.0$. The rule
for that addition is plain: the sum of two zeros of opposite sign is `+0.0`, unless the
processor has been told to round everything down [@ieee754, sec. 6.3]. So out comes
`00000000`, and the sign is gone: [0]{.n .kept section="Equal in algebra, not in bits" at="row 3:5"}
outputs differ by `==`, and [3]{.n .kept section="Equal in algebra, not in bits" at="row 3:6"} in
their bits. (Why there are two zeros, and what a NaN is good for, is told by Goldberg
[-@goldberg1991].)

Does it matter? The zero hardly ever. The NaN, yes, each time that you go looking for
where one came from: behind a lookup it leads you to the token, and behind a product
it leads you nowhere. And the two together tell you something about proofs. "Equal"
had a silent condition, that the numbers behave like real numbers. This is also why we
never compile this course with `-ffast-math`. Among other things it allows the compiler
([documentation](https://gcc.gnu.org/onlinedocs/gcc/Optimize-Options.html)) to assume that there is no NaN and no infinity, and that the sign of a zero does not
matter, and so to take $0 \cdot x$ for 0: the very step at which our proof was wrong.

::: think
Spoil a row yourself: `build/01_lookup row=0 value=inf`. *The* stands in the sentence three
times. Which outputs does the product lose? And is there any finite float that does harm?

:::: answer
The product loses 15 outputs, the three of each of the five *other* words, and the lookup
none. Where the sentence says *the*, infinity is multiplied by 1 and arrives. Everywhere else
it is multiplied by 0, and gives NaN. So the only word with a bad row is the only one that
comes out as it does from the lookup.

One does, and you have met it: with `value=-0` the sign is lost, in 9 outputs. Any other arrives
as it is, even `value=3.4e38`, close to the largest. Zero times a finite number is a zero, `0.0` or
`-0.0`, and neither changes the sum that it is added to. (A number that is no float becomes one
when it is read: `1e39` becomes infinity, and `-1e-50` becomes `-0.0`.)
::::
:::

## Product or lookup?

So: is an embedding layer just a matrix product? It is a matrix product that is never
carried out. Look at it as a product when you want to know what it means, and how to
train it. Look at it as a lookup when you want to run it.

## The layer called Linear

PyTorch has a layer for "multiply by a matrix" too, `torch.nn.Linear`, and one often reads that
an embedding is the same as a Linear layer fed with one-hot vectors. Nearly. Besides the time
and the bits there are three differences.

First, a Linear layer adds a *bias*, one learned number more for each output, unless it is told
not to.

Second, it stores its matrix the other way round. A layer with $n$ inputs and $m$
outputs keeps a `weight` of $m$ rows and $n$ columns, *out* by *in*, and computes
$y = x W^{\mathsf T}$
([documentation](https://pytorch.org/docs/stable/generated/torch.nn.Linear.html)); the
raised $\mathsf T$ turns a matrix on its side, rows into columns. Each row of $W$ belongs
to one output, and holds that output's weights for all the inputs. To stand in for our table
$E$, of $V$ rows and $d$ columns, a Linear layer needs $W = E^{\mathsf T}$, of $d$ rows and
$V$ columns.

Third, the two begin with different random numbers. An
[Embedding](https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html) begins
with numbers that gather around 0, two in three of them between $-1$ and 1 (a normal
distribution; chapter 2 makes one). A Linear layer begins with numbers
spread evenly between $-1/\sqrt n$ and $1/\sqrt n$, where $n$ counts its inputs. For
us $n = V = 6$, and $1/\sqrt 6$ is about 0.4; with GPT-2's vocabulary it would be
about 0.004. Before training, the two do not even hold numbers of the same size.
*/

/*
## Exercise 1.4: a Linear layer without bias {#linear-forward .exercise}

Write what a Linear layer computes. Here is the example once more, as such a layer sees it:
two outputs, three inputs, so `weight` has two rows of three. It is the table on its side.
For the input $(1, 0, 2)$,

$$\mathrm{weight} = \begin{pmatrix} 10 & 20 & 30 \\ 11 & 21 & 31 \end{pmatrix},$$

$$
\begin{aligned}
\mathrm{out}_0 &= 1 \cdot 10 + 0 \cdot 20 + 2 \cdot 30 = 70 \\
\mathrm{out}_1 &= 1 \cdot 11 + 0 \cdot 21 + 2 \cdot 31 = 73
\end{aligned}
$$

and for the one-hot input $(0, 1, 0)$ the outputs are 20 and 21, as before. There
is no bias. Here you may skip zeros of `x` or multiply them, as you like. The same holds for a
factor of 0 in every exercise to come that does not say otherwise: no test puts an infinity or
a NaN beside it. If a size is 0, return
`false` and leave `out` alone.
*/

// out[r][o] = sum over i of x[r][i] * weight[o][i]
//   out [n_rows][n_out]   x [n_rows][n_in]   weight [n_out][n_in]
// false, and out untouched, if a size is 0
EXERCISE bool linear_forward(float *out, const float *x, const float *weight,
                             size_t n_rows, size_t n_in, size_t n_out)
{
    // your code here
    (void)out, (void)x, (void)weight, (void)n_rows, (void)n_in, (void)n_out;
    return false;
}

/*
::: {.output section="The layer called Linear"}
:::

Same bits, another order in memory. Here is where the three numbers of "cat", $i = 0, 1, 2$
of row 3, lie in the flat array:

| stored                | number $i$ is float  | that is   |
|:----------------------|:---------------------|:----------|
| $E$, six rows of 3    | $3 \cdot 3 + i$      | 9, 10, 11 |
| $W$, three rows of 6  | $6 i + 3$            | 3, 9, 15  |

Side by side in the one, six floats apart in the other. With GPT-2's vocabulary it would be
50,257 floats, [201,028]{.n section="What the zeros cost"} bytes. What that costs a lookup is
the last question at the end.
*/

/*
## How alike are two rows? {#alike}

By a product, by a copy, by a Linear layer: a row has arrived. We asked for rows so that
likeness could be *seen* in the numbers, and measured it by distance. Distance has a
weakness: it mixes up two things. Multiply the row of "cat" by ten, and it is far from
"dog", although it still says the same about tails, pets and fruit, only louder. What we
would like to compare is the proportions, which is to say the *direction* of a vector
without its length.

The dot product of two vectors, $a \cdot b = \sum_i a_i b_i$, grows with both
lengths. Divide by both, and what is left is the cosine of the angle between them:

$$\cos(a, b) = \frac{a \cdot b}{|a| \, |b|}, \qquad |a| = \sqrt{a \cdot a}.$$

The cosine is 1 for two vectors of one direction, 0 for two at a right angle, and $-1$ for
opposite ones, and it does not change when either vector is multiplied by a positive
number.

::: aside
One reads that the cosine measures a *distance*, and $1 - \cos$ is often used as one.
It is none. From $(1, 0)$ to $(0, 1)$ it is 1, but the way over $(1, 1)$ is
$0.293 + 0.293 = 0.586$: a detour that is shorter than the straight line. (The angle
itself has no such detours.)
:::
*/

/*
## Exercise 1.5: direction without length {#cosine-similarity .exercise}

Write the cosine. For $a = (3, 4)$ and $b = (8, 6)$ the dot product is
$24 + 24 = 48$, the lengths are $\sqrt{9 + 16} = 5$ and $\sqrt{64 + 36} = 10$, and
the cosine is $48 / 50 = 0.96$. With $b = (4, 3)$, half as long, it is
$24 / 25$, which is 0.96 again.

Compute the three sums in `double`, and convert before you multiply: a product of two
floats, too, is rounded to 24 bits. And a `float` cannot hold the square of $10^{-30}$, nor
that of $10^{30}$: the one becomes zero and the other infinity. A `double` holds both.

A vector of zeros has length 0 and no direction, and $0 / 0$ is not a number. Say
that it is like nothing: if either vector is all zeros, or has no numbers at all,
return 0. All zeros means just that: a vector of tiny numbers has a direction. What
comes out when a NaN or an infinity goes in is up to you.
*/

// (sum over i of a[i] * b[i]) / (|a| * |b|), sums in double
//   a [n]   b [n]
// 0 if a or b is all zeros, or n is 0
EXERCISE float cosine_similarity(const float *a, const float *b, size_t n)
{
    // your code here
    (void)a, (void)b, (void)n;
    return NAN;
}

/*
## Who is like whom

Three words, three tables: the switches, the five features, and the random numbers that
PyTorch begins with.

::: {.output section="How alike"}
:::

![Each word against each, as five features. Cat and dog light up as one block; the
apple stands apart. Of one-hot rows only the diagonal would be lit: a word is like itself,
and like nothing else.](figure:feature-cosines){#fig-feature-cosines}

The one-hot cosines are all 0, because two rows of switches never have a one in the
same place. The features say [0.99940]{.n section="How alike"} for cat and dog, and next
to nothing for the apple, [0.04573]{.n section="How alike"} with the cat and
[0.02167]{.n section="How alike"} with the dog.

::: aside
The cosine has a blind spot of its own. Double one column of a learned table, let the
rest of the model halve what it reads there, and not one prediction changes; but the
cosines do. How alike two rows are is a statement about the table *and* the scale of its
columns [@steck2024].
:::

And the last column, the random numbers? There the cat is more like the apple than like the dog:
it points more nearly the same way. (By distance it would be the dog: from the numbers of the small
table, $\sqrt{8.12}$ against $\sqrt{9.08}$. The two measures need not agree.) It means nothing.
Those rows have seen no text yet. A row of an untrained table is a place to put something, and three
numbers are so few that chance alone makes large cosines. (Chapter 2 shows how this changes when
there are 768.)
*/

/*
## What you can now explain

- Why a model cannot compute with ids, and what a one-hot row does about it.
- The two faults of one-hot rows, which of them is about cost, and which is not.
- Why a one-hot row times a table is a row of the table, with the sum written out.
- Why a lookup stays ahead of a product, however fast the product becomes.
- In which two cases the product and the lookup give different bits, and why.
- How an embedding layer differs from a Linear layer: bias, storage, first numbers.
- What the cosine measures, and what it leaves out.

What makes one product hundreds of times as fast as another, and how a lookup can be faster
still, is told [after the questions](#where-the-products-time-goes). Later chapters come back to
it only where they speak of speed.

## Three questions to think about

::: think
Put `if (a[r * n_inner + k] == 0.0f) continue;` into the inner loop of a product. It
now does one multiplication for each output of a one-hot row. Which of the two
differences in bits does this cure, and which not?

:::: answer
It cures the NaN. The rows that the token does not name are not read any more, so that nothing in
them can spoil the sum. It does not cure the sign of zero: the sum still starts at `+0.0`, and
`+0.0` plus `-0.0` is `+0.0`. Let the sum start at `-0.0`, and the second is cured as well:
$-0.0 + x$ is $x$ for every $x$, both zeros included (unless the processor rounds everything down),
so `-0.0` is the true zero of addition. With both changes the product of a one-hot row hands over
the table's very bits; only of a NaN the standard does not promise which bits arrive [@ieee754, sec.
6.2]. But it is no longer *the* product: where `a` has zeros and `b` has NaN, it gives another
answer than the formula does.
::::
:::

::: think
Replace the one-hot row of "cat" by a row with 0.5 at "cat" and 0.5 at "dog". What does
the product hand over? Can a lookup do the same?

:::: answer
The mean of the two rows: each of its numbers is half of one plus half of the other.
In general a row of weights times a table gives the weighted sum of the table's rows,
and the one-hot row is the case in which one weight is 1. The lookup cannot do it in
one step, because it takes ids and not weights. This is more than a curiosity. When an
attention layer (chapter 4) looks at several earlier positions at once, it computes just
such a weighted sum [@vaswani2017, sec. 3.2]: a soft lookup.
::::
:::

::: think
Memory is read in lines of 64 bytes. Suppose that a library kept its embedding table the way a
Linear layer keeps its weight, $d$ rows of $V$ floats. For one id at $d = 768$ and
$V = 50{,}257$, how many lines does a lookup touch? And how many with our way of storing, if
rows begin where lines do?

:::: answer
The 768 numbers of one token would lie 201,028 bytes apart, each in a line of its own:
768 lines, 49,152 bytes of traffic to use 3,072. Stored by rows they fill 48 lines, all of
them neighbours. The algebra does not care which way a matrix lies in memory. The lookup does.
::::
:::

## What to read next

- Bengio and others [-@bengio2003] put a table of word vectors in front of a neural
  network that predicts the next word, and trained both together. Their section 2 is
  this chapter's bridge, built more than twenty years ago.
- Goldberg [-@goldberg1991] is the long and friendly answer to the section on bits: what
  floating point promises, and what a compiler may do to it.
- Drepper [-@drepper2007] is where to go for caches, pages and hints: long, exact, and
  full of measurements on machines that are gone by now; the shapes of the curves are not.
- Vaswani and others [-@vaswani2017, sec. 3.4] describe in a few lines the embedding
  layers of the first transformer, and a detail that you will meet again in chapter 5:
  the same table stands at both ends of the model.
- Chapter 2 asks where the eighteen numbers of our table come from, and makes them in C.
*/

/*
## Where the product's time goes

The chapter is over; this is for those whom the race has made curious. `matmul` and `tiles` do
the same multiplications, all the zeros included, and hand over the same rows; yet in the large
table one takes hundreds of times as long as the other. Nearly all of that is choosing which float
is used when. It is worth knowing wherever matrices are *not* full of zeros, which from chapter 3
on is all the time.

Here are four products that multiply by all the zeros, in the smallest table and in the
largest, and in one between them. `linear` is yours, from exercise 1.4; `rows` stands below.

::: {.output section="Where the product's time goes: microseconds for one id"}
:::

::: {.run}
A browser has a coarse clock, registers of four floats, and no way to ask for memory early: for
these times, and for those that the chapter ends with, run the program on your machine.
:::

From left to right, each leaves out a cost of the one before it. Divide two neighbours, and you
see what it was:

| divide              | what it cost to                          |
|:--------------------|:-----------------------------------------|
| `matmul` / `linear` | walk down a column, not along a row      |
| `linear` / `rows`   | make one sum at a time                   |
| `rows` / `tiles`    | use a number once each time it is loaded |

(This takes your `matmul` for the three loops in the order of the formula. If it stands near
`rows`, you have taken two of the steps already; `make solution1` shows the plain one. And if
`tiles` stands above `rows`, something else was using the machine: run it again. The times are
of the program as `make` builds it, with `-O3 -march=native` where the compiler knows that;
with `-O2` gcc may leave the loop of `rows` as it stands.)

### Down the columns

From one $k$ to the next, the inner loop of `matmul` goes from one row of `b` to the same
place in the next row. This distance is called the *stride*, and for $d = 768$ it is 3,072
bytes.

![The same numbers in memory, walked in two ways. Down a column, each step lands in
another cache line and uses one float of it. Along a row, a line is used up before the
next one comes.](drawing:stride){alt="Down a column: four steps of 3,072 bytes fetch
four lines of sixteen floats and use one float of each. Along a row: sixteen steps of 4
bytes fetch one line and use all of it."}

Such a walk is bad for four reasons.

*Lines.* Memory does not deliver single floats. It delivers **cache lines**, on most
machines 64 bytes, sixteen floats, and those that were used last stay in *caches*, small
fast memories close to the processor. Our walk takes one float from a line and moves on
to another line. The fifteen floats that came along are for the next fifteen columns; but
first the walk goes through all 50,257 rows, and so through 50,257 lines, or 3.2 MB. The
nearest cache holds some dozens of KB, the second perhaps one or two MB. When the next column
begins, both have lost the line, and it has to come again from farther away. Over 768 columns,
2.5 GB of lines go to the core to use a table of 154 MB.

::: aside
Your machine says its own sizes: on Linux `getconf -a | grep -i cache` and
`getconf PAGESIZE`, on macOS `sysctl hw | grep -i size`. Drepper walked down columns
and along rows long before us [@drepper2007, sec. 6.2], and his sections 3 and 4 tell
what stands behind lines and pages.
:::

*Pages.* Programs see virtual addresses. The processor translates each into a physical one,
page by page, and remembers its last translations in a small table, the **TLB**. On most PCs a
page has 4,096 bytes. Our stride is three quarters of that, so three steps in four land in
another page, and one column visits all of the 37,693 pages that the table fills: many more
than a TLB has places for. (Where the system
gives large tables pages of 2 MB, this one toll is smaller.)

*Sets.* A line may not lie anywhere in a cache. Its address picks one of many *sets*, and a set
has room for some lines, a dozen perhaps [@drepper2007, sec. 3.3.1]. There are mostly 64 sets,
or a larger power of two. Our steps are 48 lines long, and so they meet only every sixteenth
set: the walk can use only a sixteenth of each near cache. The price is high already in the
table of 4,096 rows, though the lines of one column are only 256 KB. `build/01_lookup bench`
walks in steps of 49 lines, too.

*Guesses.* The processor notices a walk in short, even steps and fetches ahead of it, but as a
rule only to the end of the page [@drepper2007, sec. 6.3.1]. `linear` stays in a page for a
thousand steps; three in four of ours leave it. (The bench walks in steps of one line, too: as
many lines, and all sets, but 64 steps in a page. What that gains is what pages and guesses cost
together.)

You have already written the experiment. `linear` makes its sums in the same way, but from a
table on its side: what it needs for one output lies side by side, 50,257 floats in about 3,100
lines and 50 pages. So in the larger tables `matmul` divided by `linear` is what the stride
costs, all four together. It is least in the table of 64 rows, which lies near and has few pages.
What is left there is mostly the sets: the 64 lines of a column meet only four of them. (A small
part is something else: gcc multiplies eight or sixteen neighbours of `linear` at once, see
below; down a column it has to gather them first, and takes two.)

### Along the rows

`linear` goes from one float to the next, and yet the processor's widest instructions help it little. They multiply
or add eight or sixteen neighbouring floats at once, and a compiler that can put them to use in a
loop *vectorises* it. With the multiplications it may, and gcc does. With the additions, which
the loop waits for, it may not, because all the products go into one `sum`.
Floating-point addition rounds, so that adding in another order can give another result, and a
C compiler must keep ours: the standard says so in an example [@c11, sec. 5.1.2.3, paragraph
14], and Goldberg [-@goldberg1991] says why. One sum may not be split into many, and each
addition waits for the one before it. (The processor itself may begin the next output's sum
while this one still runs, if it is short enough to look so far ahead: so a multiplication costs
`linear` least in the table of 64 rows. In `build/01_lookup bench` each sum begins with 0 times
the one before, so that none can begin early, and this advantage is gone.)

The cure, for this and for the stride, is to exchange the two inner loops of `matmul`. Every
multiplication is done as before; only the order changes. Take one switch, multiply a whole row of `b` by it, and add that to the
row of outputs.
*/

// the same sums; the inner loop runs along a row of b and a row of out
static void product_by_rows(float *out, const float *a, const float *b, size_t n_rows,
                            size_t n_inner, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++) {
        float *out_row = out + r * n_cols;
        for (size_t c = 0; c < n_cols; c++)
            out_row[c] = 0.0f;
        for (size_t k = 0; k < n_inner; k++) {
            float weight = a[r * n_inner + k];
            const float *b_row = b + k * n_cols;
            for (size_t c = 0; c < n_cols; c++)
                out_row[c] += weight * b_row[c];
        }
    }
}

/*
Now the inner loop steps from one float to its neighbour: every line that arrives is used up
before the next one is needed, and a page is translated once. And the eight or sixteen additions of
one instruction belong to as many *different* sums, so no sum has its order changed: the
compiler may vectorise. For each output the terms are still added from $k = 0$ upwards: the
results are equal to the last bit.

`linear` divided by `rows` is what the one sum cost. In the small table the sums of `linear` are
short; in the large one `rows` has something else to wait for: memory (and if the machine is
busy, `linear` has, too).
Divide `rows` by $V$, and you have the price of one row of the table. In the large table it
is several times what it is in the smallest, for the same work.

### In tiles

Two things `rows` still does too often. For each id it reads the whole table, all 154 MB of it.
And for every multiplication it loads an output and stores it again. One remedy serves both: use
a number several times while it is at hand. Take several ids together. A float of `b`, once
loaded, is multiplied by the switches of *four* of them; and the outputs of these four, for 48
columns, stay in the processor's registers while $k$ runs. Such a small block of outputs is
called a **tile**.
*/

enum { TILE_ROWS = 4, TILE_COLS = 48, BLOCK = 128 };

// x * y + z, in one instruction where the machine has one
static float multiply_add(float x, float y, float z)
{
#if defined FP_FAST_FMAF || defined __FMA__
    return fmaf(x, y, z);
#else
    return x * y + z;
#endif
}

// out[r][c] += sum over k < n_k of a[r][k] * b[k][c], for a tile of 4 rows and 48 columns
//   rows of out and b are n_cols floats apart, rows of a n_inner floats
static void add_tile(float *out, const float *a, const float *b, size_t n_k,
                     size_t n_inner, size_t n_cols)
{
    float sum0[TILE_COLS] = {0}, sum1[TILE_COLS] = {0};
    float sum2[TILE_COLS] = {0}, sum3[TILE_COLS] = {0};
    for (size_t k = 0; k < n_k; k++) {
        const float *b_row = b + k * n_cols;
        float a0 = a[k], a1 = a[n_inner + k];
        float a2 = a[2 * n_inner + k], a3 = a[3 * n_inner + k];
        for (size_t c = 0; c < TILE_COLS; c++) {
            sum0[c] = multiply_add(a0, b_row[c], sum0[c]);
            sum1[c] = multiply_add(a1, b_row[c], sum1[c]);
            sum2[c] = multiply_add(a2, b_row[c], sum2[c]);
            sum3[c] = multiply_add(a3, b_row[c], sum3[c]);
        }
    }
    for (size_t c = 0; c < TILE_COLS; c++) {
        out[c] += sum0[c];
        out[n_cols + c] += sum1[c];
        out[2 * n_cols + c] += sum2[c];
        out[3 * n_cols + c] += sum3[c];
    }
}

/*
The four arrays are small and of a size known to the compiler, so it can keep them in
registers. Count them: four times 48 floats are twelve registers where one holds
sixteen floats (AVX-512), and there are 32 of those. Where one holds eight (AVX2), they
are twenty-four, and there are only sixteen; some are then put down and picked up
again, and the tile gains less.

Around the tile go three more loops. The table is cut into blocks of 128 rows, and a block into
strips of 48 columns. A strip is 24 KB. It comes from far away once, and then lies in a near
cache while all the ids pass over it, four by four. (In the second, not in the nearest: its
rows begin 48 lines apart, so that it meets three sets in sixteen, and these have no room for
it.)
*/

// the same sums, a block of rows of b at a time
//   n_rows must be a multiple of 4 and n_cols of 48
static void product_by_tiles(float *out, const float *a, const float *b, size_t n_rows,
                             size_t n_inner, size_t n_cols)
{
    for (size_t n = 0; n < n_rows * n_cols; n++)
        out[n] = 0.0f;
    for (size_t k = 0; k < n_inner; k += BLOCK) {
        size_t n_k = n_inner - k < BLOCK ? n_inner - k : BLOCK;
        for (size_t c = 0; c < n_cols; c += TILE_COLS)
            for (size_t r = 0; r < n_rows; r += TILE_ROWS)
                add_tile(out + r * n_cols + c, a + r * n_inner + k, b + k * n_cols + c,
                         n_k, n_inner, n_cols);
    }
}

/*
Compare `rows` and `tiles` in the table of 64 rows, which stays in the second cache: that is what
loading and storing less saves, of the outputs and of the table. (`multiply_add`, one instruction
where `rows` needs two, can be a part of it.) In the large table they are farther apart, and the
rest is what fetching the table from far away only once saves.

If all that counted were bytes, a product would take 50,257 times as long as a lookup. `tiles`
takes much less. The two savings are the larger part of that: the count was of a product that
reads the whole table for each id. The rest is the lookup's own disadvantage. A table that is
read from front to back arrives faster, byte for byte, than rows from here and there:
`build/01_lookup bench` copies as many bytes in both ways.

::: aside
A library for matrix products, a BLAS, does in essence the same, with more care for
the edges [@goto2008]. And `fmaf` multiplies and adds in one step and rounds once. In
general that can change the last bit of a result, and so can adding the blocks' sums one
by one. Here neither does: each sum has one term that is not zero.
:::

## A lookup can ask early

Look once more at [the race](#the-race), *down* the column of the lookup. It always copies 3,072
bytes, and yet it takes several times as long in the largest table as in the smallest. A small
table stays in a near cache, and its pages in the TLB. In a large one, a random row has to come
from farther away, and its page must be translated anew. A lookup costs what it costs to
*reach* the row.

If reaching is what costs, can we set out sooner? The processor does, a little: it looks ahead, as
it did for the sums of `linear`, and may begin the next row while this one is still being copied.
But it does not see far, and its guesses mostly end with the page, while our next row is somewhere
else entirely. `memcpy` cannot help: it is given one address, and knows of no other. So a part of
each wait is left: for the page where the row begins to be translated, and for its first lines to
come. (Three rows in four go on into a second page.)

The lookup knows better. It holds the list of ids, and the ids *are* the addresses of
all the rows to come. Most processors have an instruction for just this: a *prefetch*,
which says that a line will be wanted soon, waits for nothing and changes nothing. C
has no word for it; gcc and clang call it
[`__builtin_prefetch`](https://gcc.gnu.org/onlinedocs/gcc/Other-Builtins.html), and for
any other compiler our hint is nothing at all.
*/

#if defined __GNUC__
#define ASK_FOR(address) __builtin_prefetch(address)
#else
#define ASK_FOR(address) ((void)(address))
#endif

enum { LINE = 16, ROWS_AHEAD = 4, FLOATS_ASKED = 8 * LINE };

static void ask_for_row(const float *row, size_t n_floats)
{
    for (size_t i = 0; i < n_floats; i += LINE)
        ASK_FOR(row + i);
}

// embedding_forward that asks for the first n_asked floats of the row four ids ahead
static bool look_up_asking(float *out, const float *wte, const uint32_t *ids,
                           size_t n_tokens, size_t vocab_size, size_t d_model,
                           size_t n_asked)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++) {
        if (t + ROWS_AHEAD < n_tokens && n_asked <= d_model)
            ask_for_row(wte + ids[t + ROWS_AHEAD] * d_model, n_asked);
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    }
    return true;
}

static bool look_up_early(float *out, const float *wte, const uint32_t *ids,
                          size_t n_tokens, size_t vocab_size, size_t d_model)
{
    return look_up_asking(out, wte, ids, n_tokens, vocab_size, d_model, FLOATS_ASKED);
}

/*
It asks for the first eight lines of the row that comes four ids later; by the time the copy has got
there, the page where the row begins is translated, and these lines are on their way or have come.
The rest of the row, and the second page where it has one, is left to the processor. Here it is
beside your lookup, and beside `memcpy` row by row, which checks no id:

::: {.output section="A lookup can ask early: nanoseconds for one id"}
:::

Compare `early` with `memcpy` in the largest table, which few caches hold whole, and then in
the smallest, where there is nothing to wait for and nothing is gained: that is how we know
that it is the waiting that was saved.

`build/01_lookup bench` looks closer. It prints ratios only, most with what they should be and on
what kind of machine, and it also asks for one line of a row, and for all 48. One alone brings more
than half of what the eight bring. The 48 can gain more than the eight, or less. A hint is a bet
about somebody else's hardware, and the only way to know is to race.
*/

/*
## Behind the scenes

You can stop reading here. What follows shows, draws and times what the chapter was
about; nothing in it is new.
*/

static void heading(const char *title)
{
    printf("\n== %s\n", title);
}

static void waits_for(const char *exercise, const char *function)
{
    printf("waits for exercise %s, %s (make hint E=%s)\n", exercise, function, exercise);
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

// a file for a picture of the chapter, or NULL where there is no place for it
static FILE *open_figure(const char *name)
{
    const char *chosen = getenv("FIGURES"), *folder = chosen ? chosen : "build/figures";
    char path[1024];
    int length = snprintf(path, sizeof path, "%s/%s.tsv", folder, name);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "w") : NULL;
}

// false, and nothing of use in text, if there are too many words, none, or a long one
static bool read_text(struct text *text, const char *from)
{
    char word[MAX_BYTES + 1];
    for (from += strspn(from, " "); *from; from += strspn(from, " ")) {
        size_t length = strcspn(from, " ");
        if (length > MAX_BYTES || text->n_tokens == MAX_TOKENS)
            return false;
        memcpy(word, from, length);
        word[length] = '\0';
        text->ids[text->n_tokens++] = word_id(text, word);
        from += length;
    }
    return text->n_tokens > 0;
}

// In UTF-8 a letter is one byte, and all bytes 10xxxxxx that follow it.
static int count_letters(const char *word)
{
    int letters = 0;
    for (; *word; word++)
        letters += (*word & 0xC0) != 0x80;
    return letters;
}

// a blank, and the word at the right end of a column
static void print_word(const char *word, int width)
{
    int letters = count_letters(word);
    printf(" %*s%s", letters < width ? width - letters : 0, "", word);
}

// a blank, and a number at the right end of a column as wide as the word above it
static void print_below(const char *word, size_t number)
{
    printf(" %*zu", count_letters(word), number);
}

static void show_ids(const struct text *text)
{
    heading("A sentence becomes ids");
    printf("position");
    for (size_t t = 0; t < text->n_tokens; t++)
        print_below(text->words[text->ids[t]], t);
    printf("\nword    ");
    for (size_t t = 0; t < text->n_tokens; t++)
        print_word(text->words[text->ids[t]], 0);
    printf("\nid      ");
    for (size_t t = 0; t < text->n_tokens; t++)
        print_below(text->words[text->ids[t]], text->ids[t]);
    printf("\n%zu tokens, %zu different words\n", text->n_tokens, text->vocab_size);
}

static void show_one_hot(const struct text *text)
{
    float x[MAX_TOKENS * MAX_TOKENS] = {0};
    heading("One row of switches for each token");
    if (!one_hot(x, text->ids, text->n_tokens, text->vocab_size)) {
        waits_for("1.1", "one_hot");
        return;
    }
    printf("%8s", "");
    for (size_t v = 0; v < text->vocab_size; v++)
        print_word(text->words[v], 0);
    for (size_t t = 0; t < text->n_tokens; t++) {
        printf("\n%zu", t);
        print_word(text->words[text->ids[t]], 6);
        for (size_t v = 0; v < text->vocab_size; v++)
            printf(" %*g", count_letters(text->words[v]),
                   (double)x[t * text->vocab_size + v]);
    }
    printf("\n");
}

enum { GPT2_TOKENS = 1024, D_MODEL = 768 };

static void show_price(size_t vocab_size)
{
    const size_t n_tokens[] = {1, GPT2_TOKENS};
    char a[48], b[48];
    heading("What the zeros cost");
    printf("V = %-10s%10s%14s\n", with_commas(a, vocab_size), "bytes: ids",
           "one-hot rows");
    for (size_t n = 0; n < 2; n++) {
        printf("%5s %s", with_commas(a, n_tokens[n]), n ? "tokens" : "token ");
        printf("%12s%14s\n", with_commas(a, n_tokens[n] * sizeof(uint32_t)),
               with_commas(b, n_tokens[n] * vocab_size * sizeof(float)));
    }
}

typedef double alike_fn(const float *matrix, size_t a, size_t b, size_t n);

// a matrix in which each of the three words has a row
struct rows {
    const char *name;
    const float *matrix;
    size_t n_columns, row[N_NAMED];
};

static const struct rows three_tables[] = {
    {"one-hot", switches, SMALL_VOCAB, {0, 1, 2}},
    {"features", features, N_FEATURES, {0, 1, 2}},
    {"random", small_wte, SMALL_D, {3, 1, 5}},
};

// each word with each, in the first n tables
static void print_alike(alike_fn *alike, size_t n, int digits)
{
    char pair[32];
    printf("%12s", "");
    for (const struct rows *t = three_tables; t < three_tables + n; t++)
        printf("%10s", t->name);
    printf("\n");
    for (size_t a = 0; a < N_NAMED; a++)
        for (size_t b = a + 1; b < N_NAMED; b++) {
            snprintf(pair, sizeof pair, "%s, %s", named[a], named[b]);
            printf("%-12s", pair);
            for (const struct rows *t = three_tables; t < three_tables + n; t++)
                printf("%10.*f", digits,
                       alike(t->matrix, t->row[a], t->row[b], t->n_columns));
            printf("\n");
        }
}

static void show_distances(void)
{
    heading("How far apart");
    print_alike(distance, 2, 4);
}

static void print_row(const float *row, bool written)
{
    for (size_t i = 0; i < SMALL_D; i++)
        if (written)
            printf("%8.4f", (double)row[i]);
        else
            printf("%8s", "-");
}

static void show_product_and_lookup(const struct text *text)
{
    const size_t n = text->n_tokens, v = text->vocab_size, d = SMALL_D;
    float x[MAX_TOKENS * MAX_TOKENS] = {0};
    float product[MAX_TOKENS * SMALL_D] = {0}, rows[MAX_TOKENS * SMALL_D] = {0};
    bool ones = one_hot(x, text->ids, n, v);
    bool multiplied = ones && matmul(product, x, small_wte, n, v, d);
    bool copied = embedding_forward(rows, small_wte, text->ids, n, v, d);
    heading("The product is a lookup");
    printf(multiplied ? "id         one-hot x table     row copied\n"
                      : "id         row copied\n");
    for (size_t t = 0; t < n && t < 5; t++) {
        const float *a = product + t * d, *b = rows + t * d;
        printf("%" PRIu32, text->ids[t]);
        print_word(text->words[text->ids[t]], 6);
        print_row(multiplied ? a : b, multiplied || copied);
        if (multiplied)
            printf("%10s", !copied                            ? "-"
                           : memcmp(a, b, d * sizeof *a) == 0 ? "same bits"
                                                              : "no");
        printf("\n");
    }
    if (!ones)
        waits_for("1.1", "one_hot");
    else if (!multiplied)
        waits_for("1.2", "matmul");
    if (!copied)
        waits_for("1.3", "embedding_forward");
}

// out[c][r] = a[r][c]
static void transpose(float *out, const float *a, size_t n_rows, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_cols; c++)
            out[c * n_rows + r] = a[r * n_cols + c];
}

static void show_linear(void)
{
    const size_t v = SMALL_VOCAB, d = SMALL_D;
    float weight[SMALL_D * SMALL_VOCAB], rows[SMALL_VOCAB * SMALL_D] = {0};
    float every_id[SMALL_VOCAB * SMALL_VOCAB] = {0}; // one-hot
    for (size_t id = 0; id < v; id++)
        every_id[id * v + id] = 1.0f;
    transpose(weight, small_wte, v, d);
    heading("The layer called Linear");
    if (linear_forward(rows, every_id, weight, v, v, d))
        printf("Linear hands over E, bit for bit: %s\n",
               memcmp(rows, small_wte, sizeof rows) ? "no" : "yes");
    else
        waits_for("1.4", "linear_forward");
}

enum { N_SIZES = 5 };

// the sizes of table that race; the last one is a setting, every second one is printed
static void set_sizes(size_t *vocab_sizes, size_t last)
{
    const size_t sizes[N_SIZES] = {64, 512, 4096, 16384, last};
    memcpy(vocab_sizes, sizes, sizeof sizes);
}

static void plot_work(const size_t *vocab_sizes, size_t lookup)
{
    FILE *figure = open_figure("bytes-read");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: Bytes read to fetch one row of 768 numbers\n"
                    "# x: rows in the table\n# y: read for one id (bytes)\n"
                    "# xscale: log\n# yscale: log\nx\tproduct\tlookup\n");
    for (size_t n = 0; n < N_SIZES; n++)
        fprintf(figure, "%zu\t%zu\t%zu\n", vocab_sizes[n],
                vocab_sizes[n] * (D_MODEL + 1) * sizeof(float), lookup);
    fclose(figure);
}

static void show_work(const size_t *vocab_sizes)
{
    const size_t v = vocab_sizes[N_SIZES - 1];
    const size_t lookup = D_MODEL * sizeof(float) + sizeof(uint32_t);
    char a[48], b[48];
    heading("The work for one id");
    printf("V = %s, d = %d\n%26s%13s\n", with_commas(a, v), D_MODEL, "multiplications",
           "bytes read");
    printf("product%19s%13s\n", with_commas(a, v * D_MODEL),
           with_commas(b, v * (D_MODEL + 1) * sizeof(float)));
    printf("lookup%20d%13s\n", 0, with_commas(b, lookup));
    plot_work(vocab_sizes, lookup);
}

/*
### The stopwatch

The table of the race is filled with scrambled indices, the same numbers everywhere. The
smaller vocabularies use the first rows of the same table. A sample of a product lasts a
millisecond or more, so that a coarse clock will do, and where one run is shorter than that, not
much more: a short sample is seldom interrupted on a busy machine, and of all samples the
shortest counts. One of a lookup is shorter still, and each gets eight or more: in the time of a
single interruption all others could be missed. A clock may be too coarse for that, as those
of browsers are: some samples then take no time at all, and the mean of all of them tells more.
*/

enum {
    BATCH = 1024,
    MAX_BATCHES = 2,
    PRODUCT_IDS = 128,
    N_LOOKUPS = 3,
    MAX_CONTENDERS = 5
};

struct lab {
    size_t d_model;
    float *wte; // [largest vocab_size][d_model]
    float *x;   // [PRODUCT_IDS][largest vocab_size], zeros between two timings
    float *out; // [BATCH][d_model]
    uint32_t ids[BATCH * MAX_BATCHES];
    size_t n_batches; // in a sample of a lookup
    uint32_t random;  // the state of the generator
    double patience;  // seconds for which a contender runs again and again; a product
                      // up to eight times as long, until it has three samples
};

typedef void product_fn(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols);
typedef bool lookup_fn(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model);

// room for n floats, from the start of a cache line on
static float *allocate(size_t n)
{
    size_t n_lines = n / 16 + 1;
    float *floats = aligned_alloc(64, n_lines * 64);
    if (!floats) {
        fprintf(stderr, "01_lookup: there is no room for %zu floats\n", n);
        exit(1);
    }
    return floats;
}

static uint32_t next_random(uint32_t *state)
{
    return *state = *state * 1664525u + 1013904223u;
}

// a number between -0.5 and 0.5; no number waits for the one before it
static float scrambled(uint32_t n)
{
    n *= 2654435769u;
    n = (n ^ n >> 15) * 2246822519u;
    return (float)(n >> 8) / 16777216.0f - 0.5f;
}

static void open_lab(struct lab *lab, size_t vocab_size)
{
    *lab = (struct lab){
        .d_model = D_MODEL, .n_batches = MAX_BATCHES, .random = 1, .patience = 0.01};
    lab->wte = allocate(vocab_size * D_MODEL);
    lab->x = allocate(PRODUCT_IDS * vocab_size);
    lab->out = allocate((size_t)BATCH * D_MODEL);
    memset(lab->x, 0, PRODUCT_IDS * vocab_size * sizeof *lab->x);
    memset(lab->out, 0, (size_t)BATCH * D_MODEL * sizeof *lab->out);
    for (size_t n = 0; n < vocab_size * D_MODEL; n++)
        lab->wte[n] = scrambled((uint32_t)n);
}

static void close_lab(struct lab *lab)
{
    free(lab->wte);
    free(lab->x);
    free(lab->out);
}

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void draw_ids(struct lab *lab, size_t n, size_t vocab_size)
{
    for (size_t t = 0; t < n; t++)
        lab->ids[t] = (uint32_t)((uint64_t)next_random(&lab->random) * vocab_size >> 32);
}

// x [n_ids][vocab_size] gets its ones (or, with 0.0f, loses them)
static void set_switches(struct lab *lab, size_t n_ids, size_t vocab_size, float to)
{
    for (size_t t = 0; t < n_ids; t++)
        lab->x[t * vocab_size + lab->ids[t]] = to;
}

// seconds for each id of a product with the first vocab_size rows of the table
static double time_product(struct lab *lab, product_fn *multiply, size_t n_ids,
                           size_t vocab_size)
{
    double best = INFINITY, begin = seconds(), spent;
    size_t n_runs = 1, n_samples = 0;
    draw_ids(lab, n_ids, vocab_size);
    set_switches(lab, n_ids, vocab_size, 1.0f);
    do {
        double start = seconds();
        for (size_t run = 0; run < n_runs; run++)
            multiply(lab->out, lab->x, lab->wte, n_ids, vocab_size, lab->d_model);
        double sample = seconds() - start;
        if (sample < 0.001) {
            n_runs *= 2;
        } else {
            best = fmin(best, sample / (double)n_runs);
            n_samples++;
        }
        spent = seconds() - begin;
    } while (n_samples == 0 || spent < lab->patience ||
             (n_samples < 3 && spent < 8 * lab->patience));
    set_switches(lab, n_ids, vocab_size, 0.0f);
    return best / (double)n_ids;
}

struct samples {
    double best, sum; // seconds
    size_t n;
};

static void add_sample(struct samples *s, double spent)
{
    s->best = s->n == 0 ? spent : fmin(s->best, spent);
    s->sum += spent;
    s->n++;
}

// seconds of a sample: the best, or the mean where the clock stood still
static double length_of(const struct samples *s)
{
    return s->best > 0.0 ? s->best : s->sum / (double)s->n;
}

// best[c]: seconds for each id of contender c, in the first vocab_size rows; they take
// turns, each with new ids; NAN: it is not written
static void time_lookups(double *best, struct lab *lab, lookup_fn *const *contender,
                         size_t n_contenders, size_t vocab_size)
{
    struct samples of[MAX_CONTENDERS] = {{0}};
    double begin = seconds();
    for (size_t c = 0; c < n_contenders; c++)
        best[c] = 0.0;
    do {
        for (size_t c = 0; c < n_contenders; c++) {
            draw_ids(lab, BATCH * lab->n_batches, vocab_size);
            double start = seconds();
            for (size_t b = 0; b < lab->n_batches; b++)
                if (!contender[c](lab->out, lab->wte, lab->ids + b * BATCH, BATCH,
                                  vocab_size, lab->d_model))
                    best[c] = (double)NAN;
            add_sample(&of[c], seconds() - start);
        }
    } while (of[0].n < 8 || seconds() - begin < lab->patience * (double)n_contenders);
    for (size_t c = 0; c < n_contenders; c++)
        best[c] += length_of(&of[c]) / (double)(BATCH * lab->n_batches);
}

// a lookup by memcpy that checks nothing: the yardstick
static bool copy_rows(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
{
    (void)vocab_size;
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * d_model, wte + ids[t] * d_model, d_model * sizeof *out);
    return true;
}

/*
### The racers
*/

static void your_matmul(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    (void)matmul(out, a, b, n_rows, n_inner, n_cols);
}

// the table, taken for one on its side: the sums come out otherwise, in the same time
static void your_linear(float *out, const float *a, const float *b, size_t n_rows,
                        size_t n_inner, size_t n_cols)
{
    (void)linear_forward(out, a, b, n_rows, n_inner, n_cols);
}

// one row of `a` times b, down the columns, whose rows are n_apart floats apart
static void product_down(float *out, const float *a, const float *b, size_t n_inner,
                         size_t n_cols, size_t n_apart)
{
    for (size_t c = 0; c < n_cols; c++) {
        float sum = 0.0f;
        for (size_t k = 0; k < n_inner; k++)
            sum += a[k] * b[k * n_apart + c];
        out[c] = sum;
    }
}

static void columns_48(float *out, const float *a, const float *b, size_t n_rows,
                       size_t n_inner, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        product_down(out + r * n_cols, a + r * n_inner, b, n_inner, n_cols, 48 * LINE);
}

// as if each line of columns lay by itself, one row's part behind the other's
static void columns_1(float *out, const float *a, const float *b, size_t n_rows,
                      size_t n_inner, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c + LINE <= n_cols; c += LINE)
            product_down(out + r * n_cols + c, a + r * n_inner, b + c * n_inner, n_inner,
                         LINE, LINE);
}

static void columns_49(float *out, const float *a, const float *b, size_t n_rows,
                       size_t n_inner, size_t n_cols)
{
    for (size_t r = 0; r < n_rows; r++)
        product_down(out + r * n_cols, a + r * n_inner, b, n_inner, n_cols, 49 * LINE);
}

// linear_forward, but each sum begins with 0 times the one before: none can begin early
static void linear_in_turn(float *out, const float *a, const float *b, size_t n_rows,
                           size_t n_inner, size_t n_cols)
{
    float sum = 0.0f;
    for (size_t r = 0; r < n_rows; r++)
        for (size_t o = 0; o < n_cols; o++) {
            sum *= 0.0f;
            for (size_t i = 0; i < n_inner; i++)
                sum += a[r * n_inner + i] * b[o * n_inner + i];
            out[r * n_cols + o] = sum;
        }
}

static bool matmul_is_written(void)
{
    const float one = 1.0f;
    float product;
    return matmul(&product, &one, &one, 1, 1, 1);
}

static bool embedding_is_written(void)
{
    const uint32_t id = 0;
    const float one = 1.0f;
    float row;
    return embedding_forward(&row, &one, &id, 1, 1, 1);
}

// what is not written has no time: NAN
static double time_matmul(struct lab *lab, size_t vocab_size)
{
    return matmul_is_written() ? time_product(lab, your_matmul, 1, vocab_size)
                               : (double)NAN;
}

static double time_linear(struct lab *lab, size_t vocab_size)
{
    const float one = 1.0f;
    float product;
    bool written = linear_forward(&product, &one, &one, 1, 1, 1);
    return written ? time_product(lab, your_linear, 1, vocab_size) : (double)NAN;
}

enum { N_CHECKED = 1000 }; // rows: several blocks, and a part of one

// whether our products hand over the rows of the table, bit for bit
static bool all_hand_over_rows(struct lab *lab, size_t vocab_size)
{
    product_fn *const products[] = {product_by_rows, product_by_tiles};
    const size_t n_floats = PRODUCT_IDS * lab->d_model;
    float *rows = allocate(n_floats);
    bool same = true;
    for (size_t n = 0; n < 2; n++) {
        (void)time_product(lab, products[n], PRODUCT_IDS, vocab_size);
        copy_rows(rows, lab->wte, lab->ids, PRODUCT_IDS, vocab_size, lab->d_model);
        same = same && memcmp(rows, lab->out, n_floats * sizeof *rows) == 0;
    }
    free(rows);
    return same;
}

enum { YOURS, LINEAR, ROWS, TILES, N_PRODUCTS };
enum { LOOKUP = N_PRODUCTS, COPIES, EARLY, N_RACERS };

// a blank, however slow the machine, then microseconds, or a dash for what is not written
static void print_time(double time, int width)
{
    char text[64] = "~";
    double microseconds = 1e6 * time;
    if (microseconds >= 1000.0)
        with_commas(text + 1, (uint64_t)(microseconds + 0.5));
    else
        snprintf(text + 1, 32, "%.*f", microseconds < 10.0 ? 2 : 1, microseconds);
    printf(" %*s", width - 1, isnan(microseconds) ? "-" : text);
}

static void print_whole(double x, int width)
{
    char text[64] = "~";
    if (isfinite(x))
        with_commas(text + 1, (uint64_t)(x + 0.5));
    printf(" %*s", width - 1, isfinite(x) ? text : "-");
}

static void print_ratio(const char *product, const double *time, size_t racer,
                        const char *vocab_size)
{
    printf("%6s / lookup, V = %s:", product, vocab_size);
    print_whole(time[racer] / time[LOOKUP], 12);
    printf("\n");
}

static void plot_race(double results[][N_RACERS], const size_t *vocab_sizes)
{
    FILE *figure = open_figure("lookup-cost");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: Time to fetch one row of 768 numbers\n"
                    "# x: rows in the table\n# y: time for one id (microseconds)\n"
                    "# xscale: log\n# yscale: log\n# measured: yes\n"
                    "x\tmatmul\ttiles\tlookup\n");
    for (size_t n = 0; n < N_SIZES; n++)
        fprintf(figure, "%zu\t%g\t%g\t%g\n", vocab_sizes[n], 1e6 * results[n][YOURS],
                1e6 * results[n][TILES], 1e6 * results[n][LOOKUP]);
    fclose(figure);
}

// seconds for one id; linear and rows run later, and only where their times are printed
static void race(double *time, struct lab *lab, size_t vocab_size)
{
    lookup_fn *const lookups[N_LOOKUPS] = {embedding_forward, copy_rows, look_up_early};
    time[YOURS] = time_matmul(lab, vocab_size);
    time[TILES] = time_product(lab, product_by_tiles, PRODUCT_IDS, vocab_size);
    time_lookups(time + LOOKUP, lab, lookups, N_LOOKUPS, vocab_size);
}

static void show_race(double results[][N_RACERS], struct lab *lab,
                      const size_t *vocab_sizes)
{
    char text[48];
    printf("%8s%12s%10s%10s\n", "V", "matmul", "tiles", "lookup");
    for (size_t n = 0; n < N_SIZES; n++) {
        double *time = results[n];
        race(time, lab, vocab_sizes[n]);
        if (n % 2 != 0)
            continue;
        printf("%8s", with_commas(text, vocab_sizes[n]));
        print_time(time[YOURS], 12);
        print_time(time[TILES], 10);
        print_time(time[LOOKUP], 10);
        printf("\n");
    }
    print_ratio("matmul", results[N_SIZES - 1], YOURS, text);
    print_ratio("tiles", results[N_SIZES - 1], TILES, text);
    plot_race(results, vocab_sizes);
    if (isnan(results[0][YOURS]))
        waits_for("1.2", "matmul");
    if (isnan(results[0][LOOKUP]))
        waits_for("1.3", "embedding_forward");
}

// adds two products to what raced
static void show_tolls(double results[][N_RACERS], struct lab *lab,
                       const size_t *vocab_sizes)
{
    const int width[N_PRODUCTS] = {11, 9, 8, 7};
    char text[48];
    heading("Where the product's time goes: microseconds for one id");
    printf("%7s%11s%9s%8s%7s\n", "V", "matmul", "linear", "rows", "tiles");
    for (size_t n = 0; n < N_SIZES; n += 2) {
        double *time = results[n];
        time[LINEAR] = time_linear(lab, vocab_sizes[n]);
        time[ROWS] = time_product(lab, product_by_rows, 1, vocab_sizes[n]);
        printf("%7s", with_commas(text, vocab_sizes[n]));
        for (size_t racer = 0; racer < N_PRODUCTS; racer++)
            print_time(time[racer], width[racer]);
        printf("\n");
    }
    if (isnan(results[0][LINEAR]))
        waits_for("1.4", "linear_forward");
}

static void show_asking(double results[][N_RACERS], const size_t *vocab_sizes)
{
    char text[48];
    heading("A lookup can ask early: nanoseconds for one id");
    printf("%8s%11s%11s%11s\n", "V", "lookup", "memcpy", "early");
    for (size_t n = 0; n < N_SIZES; n += N_SIZES - 1) {
        printf("%8s", with_commas(text, vocab_sizes[n]));
        for (size_t racer = LOOKUP; racer < N_RACERS; racer++)
            print_whole(1e9 * results[n][racer], 11);
        printf("\n");
    }
}

static void show_times(const size_t *vocab_sizes)
{
    struct lab lab;
    double results[N_SIZES][N_RACERS];
    heading("The race: microseconds for one id");
    open_lab(&lab, vocab_sizes[N_SIZES - 1]);
    if (all_hand_over_rows(&lab, N_CHECKED)) {
        show_race(results, &lab, vocab_sizes);
        show_tolls(results, &lab, vocab_sizes);
        show_asking(results, vocab_sizes);
    } else {
        printf("the race is off: a product hands over other bits than memcpy\n");
    }
    close_lab(&lab);
}

// the cosine of rows a and b of a matrix with n columns
static double cosine(const float *matrix, size_t a, size_t b, size_t n)
{
    return (double)cosine_similarity(matrix + a * n, matrix + b * n, n);
}

static void plot_features(void)
{
    FILE *figure = open_figure("feature-cosines");
    if (!figure)
        return;
    fprintf(figure,
            "# kind: heat\n# title: Cosines of three words, each as five features\n"
            "# x: word\n# y: word\n# diverging: yes\n");
    for (size_t b = 0; b < N_NAMED; b++)
        fprintf(figure, "\t%s", named[b]);
    for (size_t a = 0; a < N_NAMED; a++) {
        fprintf(figure, "\n%s", named[a]);
        for (size_t b = 0; b < N_NAMED; b++)
            fprintf(figure, "\t%.4f", cosine(features, a, b, N_FEATURES));
    }
    fprintf(figure, "\n");
    fclose(figure);
}

static void show_cosines(void)
{
    heading("How alike");
    if (isnan(cosine_similarity(features, features, N_FEATURES))) {
        waits_for("1.5", "cosine_similarity");
        return;
    }
    print_alike(cosine, 3, 5);
    plot_features();
}

// the sentence through a table, both ways
static void both_ways(float *rows, float *product, const struct text *text,
                      const float *wte)
{
    const size_t n = text->n_tokens, v = text->vocab_size, d = SMALL_D;
    float x[MAX_TOKENS * MAX_TOKENS] = {0};
    for (size_t t = 0; t < n; t++)
        x[t * v + text->ids[t]] = 1.0f;
    (void)embedding_forward(rows, wte, text->ids, n, v, d);
    (void)matmul(product, x, wte, n, v, d);
}

// puts a value into all numbers of a row, and says what arrives
static void spoil(const struct text *text, size_t row, const char *value)
{
    float wte[MAX_TOKENS * SMALL_D], a[MAX_TOKENS * SMALL_D], b[MAX_TOKENS * SMALL_D];
    size_t nan_a = 0, nan_b = 0, unequal = 0, other_bits = 0;
    char what[64];
    memcpy(wte, small_wte, sizeof wte);
    for (size_t i = 0; i < SMALL_D; i++)
        wte[row * SMALL_D + i] = strtof(value, NULL);
    both_ways(a, b, text, wte);
    for (size_t n = 0; n < text->n_tokens * SMALL_D; n++) {
        bool both = isnan(a[n]) && isnan(b[n]);
        nan_a += isnan(a[n]) ? 1 : 0;
        nan_b += isnan(b[n]) ? 1 : 0;
        unequal += !both && !(a[n] == b[n]) ? 1 : 0;
        other_bits += !both && memcmp(a + n, b + n, sizeof *a) != 0 ? 1 : 0;
    }
    snprintf(what, sizeof what,
             row < text->vocab_size ? "row %zu, \"%s\", is %s"
                                    : "row %zu, no word%s, is %s",
             row, row < text->vocab_size ? text->words[row] : "", value);
    printf("%-21s", what);
    if (strlen(what) > 21) // a long word, or a long value
        printf("\n%21s", "");
    printf("%5zu%8zu%3zu%5zu\n", nan_a, nan_b, unequal, other_bits);
}

static void show_bits(const struct text *text, size_t row, const char *value)
{
    bool multiplied = matmul_is_written(), copied = embedding_is_written();
    heading("Equal in algebra, not in bits");
    if (!multiplied)
        waits_for("1.2", "matmul");
    if (!copied)
        waits_for("1.3", "embedding_forward");
    if (!multiplied || !copied)
        return;
    printf("%34s%8s\n%26s%8s%3s%5s\n", "NaN", "differ", "lookup", "product",
           "==", "bits");
    spoil(text, row, value);
    spoil(text, 3, "-0.0");
}

/*
### The bench

Everything is a ratio of two times that were taken in the same run.
*/

static void report(const char *what, double ratio, bool at_least, double want)
{
    bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-48s ~%-8.*f want %s %-5g %s\n", what, ratio < 10.0 ? 3 : 0, ratio,
           at_least ? ">=" : "<=", want, ok ? "ok" : "missed");
}

static bool look_up_48(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    return look_up_asking(out, wte, ids, n_tokens, vocab_size, d_model, D_MODEL);
}

static bool look_up_1(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model)
{
    return look_up_asking(out, wte, ids, n_tokens, vocab_size, d_model, LINE);
}

// as many bytes as n_tokens rows have, in one piece
static bool copy_piece(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    memcpy(out, wte + ids[0] % (vocab_size - n_tokens) * d_model,
           n_tokens * d_model * sizeof *out);
    return true;
}

static void bench_lookups(struct lab *lab, size_t vocab_size)
{
    enum { ASKING, BY_ROW, ASKING_1, ASKING_48, PIECE, N };
    lookup_fn *const all[N] = {look_up_early, copy_rows, look_up_1, look_up_48,
                               copy_piece};
    double large[N], small[N];
    time_lookups(large, lab, all, N, vocab_size);
    time_lookups(small, lab, all, 2, 128);
    printf("where the table, 307 MB, is larger than the caches:\n");
    report("speed of asking early / memcpy row by row", large[BY_ROW] / large[ASKING],
           true, 1.15);
    printf("%-48s ~%.3f\n", "the same, asking for one line of a row",
           large[BY_ROW] / large[ASKING_1]);
    printf("%-48s ~%.3f\n", "the same, asking for all 48 lines of a row",
           large[BY_ROW] / large[ASKING_48]);
    printf("%-48s ~%.3f\n", "speed of memcpy in one piece / row by row",
           large[BY_ROW] / large[PIECE]);
    printf("where 400 KB lie in a near cache:\n");
    report("128 rows: speed of asking early / row by row", small[BY_ROW] / small[ASKING],
           false, 1.1);
}

static void bench_your_lookup(struct lab *lab, size_t vocab_size, double best_product)
{
    lookup_fn *const both[] = {embedding_forward, copy_rows};
    double large[2], middle;
    time_lookups(large, lab, both, 2, vocab_size);
    if (isnan(large[0])) {
        waits_for("1.3", "embedding_forward");
        return;
    }
    time_lookups(&middle, lab, both, 1, 1000);
    printf("on any machine:\n");
    report("speed of your lookup / memcpy row by row", large[1] / large[0], true, 0.9);
    report("time of the best product / your lookup", best_product / large[0], true, 1000);
    printf("where 3 MB are cached:\n");
    report("time of your lookup, 100,000 rows / 1,000", large[0] / middle, false, 10);
}

// the stride apart from the one sum: linear_forward pays for the sum only
static void bench_tolls(struct lab *lab, double yours)
{
    printf("where an address picks one of 64 sets:\n");
    report("4,096 rows: time in steps of 48 lines / of 49",
           time_product(lab, columns_48, 1, 4096) /
               time_product(lab, columns_49, 1, 4096),
           true, 1.5);
    printf("%-48s ~%.3f\n", "64 rows: time in steps of 48 lines / of 49",
           time_product(lab, columns_48, 1, 64) / time_product(lab, columns_49, 1, 64));
    printf("where a page has 4 KB:\n");
    report("the same lines: time in steps of 49 / of one",
           time_product(lab, columns_49, 1, 50257) /
               time_product(lab, columns_1, 1, 50257),
           true, 1.5);
    double linear = time_linear(lab, 50257);
    if (isnan(linear)) {
        waits_for("1.4", "linear_forward");
        return;
    }
    printf("where 3 MB do not fit into the near caches:\n");
    report("the stride: time of matmul / linear", yours / linear, true, 3);
    printf("with vector instructions:\n");
    report("the one sum, 1,000 rows: time of linear / rows",
           time_linear(lab, 1000) / time_product(lab, product_by_rows, 1, 1000), true, 3);
    printf("where the processor looks ahead:\n");
    report("64 rows: time of the sums in turn / linear",
           time_product(lab, linear_in_turn, 1, 64) / time_linear(lab, 64), true, 1.3);
    report("4,096 rows: the same",
           time_product(lab, linear_in_turn, 1, 4096) / time_linear(lab, 4096), false,
           1.2);
}

// seconds for one id of the best product
static double bench_products(struct lab *lab)
{
    double yours = time_matmul(lab, 50257);
    double rows = time_product(lab, product_by_rows, 1, 50257);
    double tiles = time_product(lab, product_by_tiles, PRODUCT_IDS, 50257);
    double small = time_product(lab, product_by_tiles, PRODUCT_IDS, 1000);
    double large = time_product(lab, product_by_tiles, PRODUCT_IDS, 100000);
    if (isnan(yours))
        waits_for("1.2", "matmul");
    else
        bench_tolls(lab, yours);
    printf("with AVX2 or AVX-512:\n");
    report("loads, stores, sharing: time of rows / tiles", rows / tiles, true, 2);
    if (!isnan(yours))
        report("time of matmul / the best product", yours / tiles, true, 100);
    printf("on any machine:\n");
    report("time of the best product, 100,000 rows / 1,000", large / small, true, 50);
    return tiles;
}

static int bench(void)
{
    struct lab lab;
    open_lab(&lab, 100000);
    lab.n_batches = 1;
    lab.patience = 0.5;
    heading("Benchmark of products, d = 768, V = 50,257 unless it says otherwise");
    double best_product = bench_products(&lab);
    heading("Benchmark of lookups, d = 768, V = 100,000");
    bench_your_lookup(&lab, 100000, best_product);
    bench_lookups(&lab, 100000);
    close_lab(&lab);
    return 0;
}

/*
## What you can change

The program takes settings: `build/01_lookup row=0 value=inf`, for example. Each has a
row in the table at the end of this section, and `build/01_lookup settings` prints them.
The numbers in the text are those of the defaults.
*/

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

static const struct setting settings[] = {
    {"sentence", "text", "the dog saw the cat eat the apple", 1, 100,
     "up to 10 words, with spaces between them"},
    {"vocab", "whole", "50257", 20000, 160000,
     "the rows of the largest table that races"},
    {"row", "whole", "4", 0, 9, "the row of the small table that is spoilt"},
    {"value", "text", "nan", 1, 20, "what is put there: nan, inf, -0 or a number"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static bool is_number(const char *value)
{
    char *end;
    (void)strtof(value, &end);
    return end != value && *end == '\0';
}

static int refuse(const char *why)
{
    fprintf(stderr, "%s\n", why);
    return 2;
}

int main(int argc, char **argv)
{
    char **args = argc > 0 ? argv + 1 : argv;
    struct text text = {0};
    size_t vocab_sizes[N_SIZES];
    int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const char *value = setting_text(settings, args, "value");
    if (!read_text(&text, setting_text(settings, args, "sentence")))
        return refuse("sentence= takes 1 to 10 words, each of up to 15 bytes");
    if (!is_number(value))
        return refuse("value= takes nan, inf, -0 or a number");
    if (*args && strcmp(*args, "bench") == 0)
        return bench();
    set_sizes(vocab_sizes, (size_t)setting_number(settings, args, "vocab"));
    show_ids(&text);
    show_one_hot(&text);
    show_price(vocab_sizes[N_SIZES - 1]);
    show_distances();
    show_product_and_lookup(&text);
    show_work(vocab_sizes);
    show_bits(&text, (size_t)setting_number(settings, args, "row"), value);
    show_linear();
    show_cosines();
    show_times(vocab_sizes); // last, since it takes longest
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="1.1"}
You know where row $t$ of `out` begins and how long it is. Which one of its floats is
not zero? And when can you be sure that no id is bad: before you write, or while you
are writing?
:::

::: {.hint exercise="1.1"}
$\mathrm{out}[t V + v] = 1$ if $v = \mathrm{ids}[t]$, and 0 for the other $v$ from 0 to
$V - 1$. An id is good if $\mathrm{ids}[t] < V$.
:::

::: {.hint exercise="1.1"}
Two loops, one after the other. The first goes over all tokens and returns `false` at
the first id that is not below `vocab_size`. The second goes over all tokens again,
and inside it a loop goes over the `vocab_size` floats of the token's row and writes 1
where the index equals the id and 0 elsewhere. Return `true` at the end; without any
tokens both loops do nothing.
:::

::: {.hint exercise="1.2"}
Pick one float of `out`. Which row of `a` and which column of `b` does it need, and
where do the two lie in memory?
:::

::: {.hint exercise="1.2"}
$\mathrm{out}_{rc} = \sum_k a_{rk} \, b_{kc}$, with $k$ from 0 to $n_\mathrm{inner} - 1$. In
memory $a_{rk}$ is `a[r * n_inner + k]` and $b_{kc}$ is `b[k * n_cols + c]`: each matrix
is indexed with its own number of columns.
:::

::: {.hint exercise="1.2"}
First return `false` if one of the three sizes is 0. Then three loops: over the rows
$r$, over the columns $c$, and inside over $k$. Before the loop over $k$ a local sum is
set to 0; in it, the product of the two floats is added; after it, the sum is stored
in `out`.
:::

::: {.hint exercise="1.3"}
Which of the numbers that you are given picks the row of the table, and which one
picks the row of `out`?
:::

::: {.hint exercise="1.3"}
$\mathrm{out}[t d + i] = \mathrm{wte}[\mathrm{ids}[t] \cdot d + i]$ for $i$ from 0 to
$d - 1$. The row's length is $d$ on both sides; $V$ serves only to check the ids.
:::

::: {.hint exercise="1.3"}
Check all the ids first, as in exercise 1.1. Then one loop over the tokens: point to
the token's row of `wte`, `d_model` floats times its id from the start, and to row $t$
of `out`; copy `d_model` floats, with a loop or with `memcpy`. Since `d_model` is a
`size_t`, its product with an id is a `size_t` too.
:::

::: {.hint exercise="1.4"}
In `matmul` the weights of one output stood in a column. Where do they stand here?
:::

::: {.hint exercise="1.4"}
$\mathrm{out}_{ro} = \sum_i x_{ri} \, \mathrm{weight}_{oi}$, with $i$ from 0 to
$n_\mathrm{in} - 1$. In memory $x_{ri}$ is `x[r * n_in + i]`, and $\mathrm{weight}_{oi}$ is
`weight[o * n_in + i]`.
:::

::: {.hint exercise="1.4"}
Return `false` if a size is 0. Then three loops, as in `matmul`: over the rows of `x`,
over the outputs, and inside over the inputs. Row $r$ of `x` and row $o$ of `weight`
both run from left to right: multiply float by float, sum up, store.
:::

::: {.hint exercise="1.5"}
The formula has three sums in it. Can they all be made in one walk over the two
vectors? And what would you divide by if one of them is all zeros?
:::

::: {.hint exercise="1.5"}
$\cos = \sum_i a_i b_i \,/ \left( \sqrt{\sum_i a_i^2} \, \sqrt{\sum_i b_i^2} \right)$, and
0 if one of the two sums under the roots is 0.
:::

::: {.hint exercise="1.5"}
Three sums of type `double`, all starting at 0. One loop over $i$ adds the product of
the two floats to the first, the square of the one to the second and the square of the
other to the third; convert to `double` *before* you multiply. If the second or the
third is 0, return 0. Otherwise divide the first by the two roots, and convert the
result to `float`.
:::
*/
