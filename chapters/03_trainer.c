/*
# Can next-word loss alone make words alike, and which rows does a step move? {#trainer}

At the end of chapter 2 a table of embeddings is noise: whose row lies beside whose is a lottery.
Here you train a model on a novel, in some seconds, or a minute on a slow machine. Afterwards, in
one of the model's two tables, the row nearest to that of "said", rare words left aside, is that of
"cried". In the other, "hartfield" has found "randalls", and both are houses.

Nobody tells the program what speaking is, or a house. All it ever hears is one complaint,
[176,896]{.n section="Training"} times in each pass over the text: the next word was this one, and
you had not expected it. That complaint is called the *loss*. Two questions run through the chapter.
[How can the complaint about the next word alone put "cried" beside "said"?]{.teaser}
And when the program acts on it, which rows of which table move? "Those of the words that it has
just read" is the common answer. It is half right, and the wrong half is the more interesting one.

![One step: rows in solid frames move. Of the input table only the one that was read; of the output
table all: the word that came is raised, the others are lowered.](drawing:two-tables){alt="Two
tables of three rows. In the input table row 1 is picked and goes on as h to all rows of the output
table; rows 0 and 2, in dashed frames, do not move. In the output table word 0, which came, had the
share 0.659 and is raised by 0.341; word 1 had 0.242 and is lowered by 0.242; word 2 had 0.099 and
is lowered by 0.099."}

You write the five functions that one step of training needs, and your step reads the novel. Then
the same step, written to be fast, trains on all of *Emma*, or, with `TEXT=path make chapter3`, on
any plain text of yours. Of mathematics you need slopes, and the text says which.
*/

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

// x * y + z, in one instruction where the machine has one
static float multiply_add(float x, float y, float z)
{
#if defined FP_FAST_FMAF || defined __FMA__
    return fmaf(x, y, z);
#else
    return x * y + z;
#endif
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

/*
## It writes before it learns

As in chapter 1 the text is cut into words, and the words become ids. Here a word is a run of the
letters a to z and apostrophes, made lower case; each of `. , ; : ! ?` is a word too.

Of the novel's [7,284]{.n section="A novel becomes ids"} different words the most frequent get ids
of their own: 1, 2, 3 and so on. All the others, [2.0]{.n section="A novel becomes ids"} % of the
text, share the id 0, `<unk>` for unknown. That makes [4,000]{.n section="A novel becomes ids"} ids.
The last twentieth of the text is *held out*: it is never trained on, and there a model can show
that it has not only learned by heart. ([How a file is read](#trainer-behind))
*/

enum { D_MODEL = 64, BATCH = 32, MAX_VOCAB = 4000 };

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

// from 0 to n - 1; behind the scenes
static size_t random_below(uint64_t *state, size_t n);

/*
### Writing by copying

Can one write without having learned anything? Yes: by copying. Choose, with your eyes shut, one of
the places in the novel where your last word stands, and write the word that follows there. Then do
it again.
*/

// a word that follows `id` somewhere in the training text, each place as likely as any
// other, but never <unk>; `from` is the corpus (another writer, later, has two tables there)
static uint32_t copy_follower(const void *from, uint32_t id, uint64_t *state)
{
    const struct corpus *corpus = from;
    uint32_t chosen = 0;
    size_t n_places = 0;
    for (size_t p = 0; p + 1 < corpus->n_train; p++)
        if (corpus->ids[p] == id && corpus->ids[p + 1] != 0 &&
            random_below(state, ++n_places) == 0)
            chosen = corpus->ids[p + 1]; // the n-th place is taken one time in n
    return chosen;
}

/*
::: {.output section="A novel becomes ids"}
:::

Any two neighbours of the last line stand in *Emma*; the sentence does not. What this copyist looks
up, a model has to learn.
*/

/*
## From scores to a loss

How wrong was a guess? Say a machine gives the word that really comes next the probability $p$. We
charge it $-\ln p$, which chapter 2 called the surprise. Certainty costs nothing: $-\ln 1 = 0$. One
chance in two costs $-\ln \frac12 = 0.693$; one in a hundred, 4.605. The unit is a **nat**, 1.44
bits. The mean over all words of a text is the loss, in nats a word.

What is a good loss? Whoever knows nothing gives each of $V$ words the probability $1/V$, and pays
$\ln V$: with 4,000 words [8.29]{.n section="Four yardsticks"}. Whoever knows how frequent the words
are gives each its share of the training text, $q_v$, whatever came before, and pays
$-\sum_v q_v \ln q_v$ there, the **entropy** of the words: [5.83]{.n section="Four yardsticks"}. A
machine that looks at the word before should pay less.

Ours will give each word a score, a **logit** $z_v$, which may be any number; probabilities are
positive and sum to 1. The bridge is how chapter 2 made shares of scores, the **softmax**: raise $e$
to each logit, divide by the sum. Take three words with logits 2, 1 and 0.1:

| word | logit $z_v$ | $e^{z_v}$ | $p_v$ |
|:-----|:------------|:----------|:------|
| 0    | 2.0         | 7.389     | 0.659 |
| 1    | 1.0         | 2.718     | 0.242 |
| 2    | 0.1         | 1.105     | 0.099 |

Before rounding, the third column sums to 11.213, and $7.389 / 11.213 = 0.659$. If the next word was
word 0, the loss is $-\ln 0.659 =$ [0.4170]{.n section="Softmax"}.

### How the loss changes

To learn, we must know how the loss $\ell$ changes when one logit $z_v$ changes and all others stay:
its slope, $\partial \ell / \partial z_v$. All slopes together are the **gradient**. Write the loss
for the next word $y$ without the fraction:

$$\ell = -\ln \frac{e^{z_y}}{\sum_w e^{z_w}} = \ln \sum_w e^{z_w} - z_y .$$

The first part is the logarithm of a sum $S$. Nudge $z_v$, and $S$ moves by $e^{z_v}$ times the
nudge, for $e^x$ is its own slope; its logarithm moves by $1/S$ times that. So the slope is
$e^{z_v} / S$, and that is $p_v$ again. The slope of the second part is $-1$ for $v = y$ and 0 for
all others:

$$\frac{\partial \ell}{\partial z_v} = p_v - [v = y],$$

where the bracket is 1 if what it says is true, else 0. In the example the slopes are
$0.659 - 1 = -0.341$, then $0.242$ and $0.099$. The loss shall go down, so turn the signs round and
read orders: *raise* the score of the word that came, *lower* all the others, each by as much as it
was believed in. The orders sum to zero, and every word gets one. So a step is no tally of what
follows what: a tally of pairs adds 1 to one count and leaves all other counts alone.

One trap is left. A `float` ends near $3.4 \times 10^{38}$, and $e^{89}$ is larger. A logit of
1,000 gives infinity, and infinity divided by infinity is NaN. The way out: with one number taken
away from all logits, top and bottom of the fraction shrink by the same factor. Let it be the
largest, $m$: then the largest exponent is 0, and no sum is below 1:

$$\ell = m - z_y + \ln \sum_w e^{z_w - m} .$$

![From above, the logits as they are; from below, the largest taken away: other exponentials,
another sum, the same shares. The sums are those before rounding.](drawing:softmax){alt="In the
middle a bar divided into the shares 0.659, 0.242 and 0.099. From above the logits 2, 1 and 0.1 lead
to it, by the exponentials 7.389, 2.718 and 1.105 and their sum, 11.213. From below the logits 0, -1
and -1.9 lead to the same bar, by 1, 0.368 and 0.150 and their sum, 1.517."}
*/

/*
## Exercise 3.1: the loss and its slope {#softmax-cross-entropy .exercise}

This function gives the loss and its slopes along the logits, `dlogits`. (A `d` before a name means:
the slope of the loss along that.) It gets a *batch*, `n_tokens` places of the text at once: for
each a row of logits, and the word that came, its *target*. The loss of the batch is the *mean* of
the rows' losses, so every slope is divided by `n_tokens`.

With one row, logits 2, 1, 0.1 and target 0, it is the example above. Put a second row below it,
0.5, 2.5, $-1$ with target 2, whose own loss is 3.653. Then the function returns
$(0.417 + 3.653) / 2 = 2.035$, and the first row of `dlogits` is half of what it was: $-0.1705$,
$0.1212$, $0.0493$.

Take the largest logit of the row away before `expf`. Compute the loss from the last formula, not as
the logarithm of a finished probability: with logits 0 and 200 and target 0 that is $e^{-200}$, a
`float` rounds it to 0, and $-\ln 0$ is not the 200 that is wanted. Sum in `double`, the
exponentials of a row, the three terms of its loss and the losses of the rows: a `float` that holds a
large number does not notice thousands of small ones, and beside a large logit it has few digits
left for a logarithm.

`logits` and `dlogits` may be the same array: read what you need of a row before you write over it.
If a target is not below `vocab_size`, or there are no rows, return `NAN` and leave `dlogits` alone.
*/

// dlogits[t][v] = (p[t][v] - [v == targets[t]]) / n_tokens,  p[t] = softmax(logits[t])
//   logits, dlogits [n_tokens][vocab_size], may be the same array   targets [n_tokens]
// gives the mean over t of -ln p[t][targets[t]]
// NAN, and dlogits untouched, if a target is not below vocab_size or a size is 0
EXERCISE float softmax_cross_entropy(float *dlogits, const float *logits,
                                     const uint32_t *targets, size_t n_tokens,
                                     size_t vocab_size)
{
    // your code here
    (void)dlogits, (void)logits, (void)targets, (void)n_tokens, (void)vocab_size;
    return NAN;
}

/*
How do we know that the formula is right? We can nudge: raise one logit by 0.01, lower it by 0.01,
and divide the difference of the two losses by 0.02. That is slow and rough, but it knows nothing of
our derivation.
*/

// the slope of the loss along each logit, by nudging it to both sides
static void slopes_by_nudging(float *slopes, const float *logits, uint32_t target,
                              size_t n)
{
    float nudged[8], unused[8];
    for (size_t v = 0; v < n; v++) {
        memcpy(nudged, logits, n * sizeof *nudged);
        nudged[v] = logits[v] + 0.01f;
        float above = softmax_cross_entropy(unused, nudged, &target, 1, n);
        nudged[v] = logits[v] - 0.01f;
        float below = softmax_cross_entropy(unused, nudged, &target, 1, n);
        slopes[v] = (above - below) / 0.02f;
    }
}

/*
::: {.output section="Softmax"}
:::

Word 0 came, in the first line and in the last. There $e^{1000}$ is infinity in a `float`, and the
loss is a number all the same: the largest logit was taken away first.

## The smallest model that can guess

Where do the logits come from? Our machine is made of embeddings alone: two tables of them. Both
have a row of $d$ numbers for each word: shape $V \times d$, here $4{,}000 \times 64$.

A row of the *input table* $E$, in code `wte`, is what the machine knows about a word that has just
been read. On its way through the machine we call it **hidden**, $h$. A row of the *output table*
$U$, in code `lm_head` (head of a language model), is what it knows about a word that may come next.
The logit of word $v$ after word $x$ is the dot product of the two:

$$z_v = \sum_{i=0}^{d-1} U_{vi}\, h_i, \qquad h = \text{row } x \text{ of } E.$$

So each word has two rows: one as the word that was read, one as the word that is to come. (Chapter
5 asks whether the two tables should be one.) GPT-2 has the same two ends, made of one table, and
much between them.

## Back through the product

The orders for the logits are in `dlogits`; who carries them out? Logit $z_{tv}$, of word $v$ at
position $t$ of the batch, is made of two rows. Each of the two gets orders, and the other one is
the factor: nudge $U_{vi}$, and $z_{tv}$ moves by $h_{ti}$ times the nudge. A number that enters
several logits adds up what comes from each:

$$\mathrm{dhidden}_{ti} = \sum_v \mathrm{dlogits}_{tv}\, U_{vi},$$

$$\mathrm{dlm\_head}_{vi} = \sum_t \mathrm{dlogits}_{tv}\, h_{ti}.$$

For which $v$ is the second formula zero? For none, unless orders happen to cancel: every word was a
candidate at every position. So every row of the output table gets an order at every step, and moves
unless the order is too small for a `float`.

The first formula is for the hidden rows. But a hidden row is a copy: its order must be passed on to
the row that it was copied from.
*/

/*
## Exercise 3.2: back through the lookup {#embedding-backward .exercise}

In chapter 1 the lookup was a product with one-hot rows, $\mathrm{out} = X E$. Now `dout` is given,
in our machine `dhidden`, and the table's own gradient is wanted. Once more: nudge $E_{vi}$, and
$\mathrm{out}_{ti}$ moves by $X_{tv}$ times the nudge. So

$$\mathrm{dE}_{vi} = \sum_t X_{tv}\, \mathrm{dout}_{ti} .$$

$X_{tv}$ is 1 where position $t$ has word $v$, and else 0. So each position *adds* its row of `dout`
to the row of its word, for a word may stand in the batch twice. With rows of one number, ids 2, 0,
2 and `dout` 10, 20, 30, row 2 of the gradient collects $10 + 30 = 40$, row 0 collects 20, and row 1
stays 0.

![The lookup backwards. Where two positions had copied the same row, both gradients are added. A row
that nobody read gets nothing.](drawing:scatter-add){alt="On the left three positions
with the ids 2, 0, 2 and the gradients 10, 20, 30. Lines lead to the rows of the table: 10 and 30
to row 2, which collects 40; 20 to row 0; none to row 1, which stays 0."}

By custom a `_backward` function adds to what is there (`+=`), and the caller clears the array
before the first call: so a table that is used in two places can collect from both. Do not clear
`dwte`, and do not divide by the number of occurrences: the division that makes a mean is in `dout`
already. A row that no position names is not touched.

If an id is not below `vocab_size`, wherever it stands, return `false`, and not one float of `dwte`
may have changed. Adding first and taking away again will not do: floats round. No ids at all are
fine.
*/

// dwte[ids[t]][i] += dout[t][i]
//   dwte [vocab_size][d_model]   dout [n_tokens][d_model]   ids [n_tokens]
// false, and dwte untouched, if an id is not below vocab_size, whatever d_model is;
// else true, also for no ids or d_model 0
EXERCISE bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids,
                                 size_t n_tokens, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)dwte, (void)dout, (void)ids, (void)n_tokens, (void)vocab_size, (void)d_model;
    return false;
}

/*
## The footprint of a batch

Take the first 32 words of the novel for a batch, and let every position hand over a 1: then the
"gradient" of a row counts its votes.

::: {.output section="Which rows a batch touches"}
:::

The first line is the table, a hundred rows to a character, frequent words on the left; a digit
says how many of the hundred have a gradient, a dot none, a `#` ten or more. Of
[4,000]{.n section="Which rows a batch touches"} rows
[25]{.n section="Which rows a batch touches"} have one ([forty batches](#trainer-forty)).

To clear, fill and subtract a gradient of 4,000 rows for the sake of 25 is a waste; at GPT-2's size
it takes 154 MB. We store it like a shopping list instead: which rows, and what for each.
*/

/*
## Exercise 3.3: one entry for each row {#coalesce-rows .exercise}

Position $t$ has an order for row `ids[t]`: `dout[t]`. That is a list, but a word that stands in the
batch twice is on it twice. *Coalesce* its orders, let them grow together: one entry for each row.
With rows of one number, ids 5, 3, 5 and `dout` 1, 10, 100:

| $k$ | `rows[k]` | `drows[k]`      |
|:----|:----------|:----------------|
| 0   | 3         | 10              |
| 1   | 5         | $1 + 100 = 101$ |

and `*n_rows` is 2. (To subtract the orders one after the other would do here, up to rounding. But a
rule for the step, an *optimizer*, may *square* a gradient, as Adam does in chapter 6, and
$(1 + 100)^2$ is not $1^2 + 100^2$.)

- **In:** `n_tokens` ids, and for each its row of `dout`.
- **Out:** in `rows` the different ids, ascending; in `drows`, for each of them, the sum of its
  orders, added up in the order of $t$; in `*n_rows` their number, 0 if there are no ids. A row
  whose orders cancel out keeps its entry: it was in the batch.
- **Room:** `rows` and `drows` hold `n_tokens` entries. Behind the first `*n_rows` you may leave
  what you like.
- **Refused:** a `d_model` of 0, with or without ids: return `false`, all three outputs untouched.
- **The trap:** `drows` holds rubbish when you get it. Clear a sum before you add to it.

The standard library has `qsort` and `bsearch`; two plain loops are right as well, and fast enough
for 32 words.
*/

// rows = the different ids, ascending
// drows[k][i] = sum of dout[t][i] over all t with ids[t] == rows[k]
//   rows [n_tokens], drows [n_tokens][d_model]: the first *n_rows entries count
//   ids [n_tokens]   dout [n_tokens][d_model]
// false, and all outputs untouched, if d_model is 0; else true; with no ids *n_rows is 0
EXERCISE bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows,
                            const uint32_t *ids, const float *dout, size_t n_tokens,
                            size_t d_model)
{
    // your code here
    (void)rows, (void)drows, (void)n_rows, (void)ids, (void)dout, (void)n_tokens,
        (void)d_model;
    return false;
}

/*
## Exercise 3.4: move only those rows {#sgd-update-rows .exercise}

Now the step itself. The gradient points uphill, so we go the other way, by $\eta$ times the
gradient; $\eta$ is the **learning rate**:

$$E_{\mathrm{rows}_k,\, i} \leftarrow E_{\mathrm{rows}_k,\, i} - \eta \cdot \mathrm{drows}_{ki}.$$

This is *stochastic gradient descent*, SGD: the gradient comes from a random sample of the text
instead of all of it. With learning rate 0.5, the list from above (rows 3 and 5, gradients 10 and
101) and a table of seven rows of one number, all 1: row 3 becomes $1 - 0.5 \cdot 10 = -4$, row 5
becomes $1 - 0.5 \cdot 101 = -49.5$, and all the others stay 1, to the last bit.

- **In:** a table, and the list: `n_rows` rows, or none, with their gradients. The learning rate may
  be any number, 0 or negative too.
- **Out:** the rows of the list have moved, and no other. Return `true`.
- **Refused:** a row that is not larger than the one before it, and one that is not below
  `vocab_size`: return `false`, the table untouched, whatever the learning rate. (A row that is
  there twice was not coalesced: harmless here, wrong for other optimizers.)
- **The trap:** the bad row may be the last one. Look at the whole list before you move anything.
*/

// wte[rows[k]][i] -= learning_rate * drows[k][i]
//   wte [vocab_size][d_model]   rows [n_rows]   drows [n_rows][d_model]
// false, and wte untouched, if rows do not ascend strictly or one is not below
// vocab_size, whatever d_model is; else true, also for no rows or d_model 0
EXERCISE bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
                              float learning_rate, size_t n_rows, size_t vocab_size,
                              size_t d_model)
{
    // your code here
    (void)wte, (void)rows, (void)drows, (void)learning_rate, (void)n_rows,
        (void)vocab_size, (void)d_model;
    return false;
}

/*
## Is the short way the long way?

The long way, *dense*, clears a gradient as large as the table, calls your `embedding_backward`, and
subtracts everywhere. The short way, *sparse*, is your `coalesce_rows` and `sgd_update_rows`. We
compare them on the first batch of the novel, and time them with 1,024 random words.

::: {.output section="Dense and sparse"}
:::

Not one of [256,000]{.n section="Dense and sparse"} numbers differs by a bit: both ways add up in
the order of $t$ what a row collects, and $x - 0$ is $x$.

In a small table sorting and searching cost more than the list saves; in a large one the dense way
pays for every row ([where they cross](#trainer-updates)). It depends on *your* `coalesce_rows`:
with plain loops each ratio is many times as large, and the two ways may not cross at all.
*/

/*
## Exercise 3.5: one step of training {#train-step .exercise}

All the parts are there. Put them in order:

1. The logits: `logits[t][v]` is the dot product of row `v` of `lm_head` and row
   `inputs[t]` of `wte`.
2. The loss and `dlogits`, by exercise 3.1, in place: `dlogits` takes the room of `logits`.
3. `dhidden[t][i]`, the sum over `v` of `dlogits[t][v] * lm_head[v][i]`.
4. The output table: from `lm_head[v][i]` subtract `learning_rate` times the sum
   over `t` of `dlogits[t][v] * wte[inputs[t]][i]`.
5. The input table: coalesce `dhidden` by `inputs`, and move those rows (exercises
   3.3 and 3.4).

By pencil: one position, $V = 2$, $d = 1$, `wte` $= (1, 0)$, `lm_head` $= (0, 0)$, input 0,
target 1, learning rate 1. Both logits are 0, both probabilities one half, the loss is
$\ln 2 = 0.693$, and `dlogits` is $(0.5, -0.5)$. `dhidden` is $0.5 \cdot 0 - 0.5 \cdot 0 = 0$,
so `wte` stays. But `lm_head` becomes $(-0.5, 0.5)$: the word that came is pulled towards the
input row, the other one pushed away.

- **In:** two tables, and `n_tokens` inputs with their targets. `logits`, `dhidden`, `drows` and
  `rows` are room to work in, and hold rubbish.
- **Out:** both tables moved, and the loss before the step. Learning rate 0 gives the loss and moves
  nothing; the program uses it so.
- **Refused:** an input or a target that is not below `vocab_size`, and sizes of 0: return `NAN`,
  both tables untouched. Check the inputs and `d_model` first; `softmax_cross_entropy` checks the
  rest.
- **The trap:** the order. Both gradients belong to the tables as they were *before* the step, so
  take `dhidden` before `lm_head` moves, and move `lm_head` before `wte`. Swap two neighbours of
  these three, and one step looks nearly right: the last loss of the next section comes out as
  1.37957 or 1.37958. But on the novel the loss soon is no number any more.
*/

// a step of gradient descent, logits[t] = lm_head wte[inputs[t]], next words targets[t]
//   wte, lm_head [vocab_size][d_model]: both are moved   inputs, targets [n_tokens]
//   room to work in: logits [n_tokens][vocab_size]; dhidden, drows [n_tokens][d_model];
//   rows [n_tokens]
// gives the mean loss before the step
// NAN, and both tables untouched, if an id is not below vocab_size or a size is 0
EXERCISE float train_step(float *wte, float *lm_head, float *logits, float *dhidden,
                          float *drows, uint32_t *rows, const uint32_t *inputs,
                          const uint32_t *targets, float learning_rate, size_t n_tokens,
                          size_t vocab_size, size_t d_model)
{
    // your code here
    (void)wte, (void)lm_head, (void)logits, (void)dhidden, (void)drows, (void)rows,
        (void)inputs, (void)targets, (void)learning_rate, (void)n_tokens,
        (void)vocab_size, (void)d_model;
    return NAN;
}

/*
## A step that PyTorch can check

Take four words, rows of two, `wte[v][i]` $= 0.1 (v + 1) - 0.3 i$ and `lm_head[v][i]`
$= 0.2 v - 0.1 (i + 1)$; inputs 0, 2, 2, 1, next words 1, 3, 0, 2, learning rate 0.5. PyTorch
finds the losses 1.38254 before the step and 1.37964 after it. So should yours, in the next output.

## Your step reads the novel

For plain loops the model is small: the most frequent words of the novel, all others `<unk>`,
[500]{.n section="One step"} rows of 16 numbers. This is all that training is; the next words are
the inputs, one place on:
*/

// two small tables and the room that a step works in
struct workshop {
    size_t n_tokens, vocab_size, d_model;
    float *wte, *lm_head, *logits, *dhidden, *drows;
    uint32_t *rows;
};

static float step(struct workshop *w, const uint32_t *inputs, const uint32_t *targets,
                  float learning_rate)
{
    return train_step(w->wte, w->lm_head, w->logits, w->dhidden, w->drows, w->rows,
                      inputs, targets, learning_rate, w->n_tokens, w->vocab_size,
                      w->d_model);
}

enum { OWN_VOCAB = 500, OWN_D = 16 };

// the mean loss of the first and of the last tenth of the steps; gives how many had one
static size_t train_own(double *first, double *last, struct workshop *w, size_t n_steps,
                        const struct corpus *corpus, uint64_t *state)
{
    uint32_t inputs[BATCH + 1];
    const size_t tenth = n_steps / 10;
    *first = *last = 0.0;
    for (size_t s = 0; s < n_steps; s++) {
        size_t at = random_below(state, corpus->n_train - BATCH);
        for (size_t t = 0; t <= BATCH; t++)
            inputs[t] = corpus->ids[at + t] < w->vocab_size ? corpus->ids[at + t] : 0;
        double loss = (double)step(w, inputs, inputs + 1, 2.0f);
        if (isnan(loss))
            return s;
        *first += s < tenth ? loss / (double)tenth : 0.0;
        *last += s < n_steps - tenth ? 0.0 : loss / (double)tenth;
    }
    return n_steps;
}

/*
::: {.output section="One step"}
:::

The first two lines are PyTorch's case. Word 3 was no input, and its input row has not changed by a
bit. In the output table every row has moved.

Then the novel. Among 500 words ignorance pays $\ln 500 = 6.21$, and whoever knows their shares
alone [4.60]{.n section="One step"}. Your tables pay [5.33]{.n section="One step"} in the first 200
of 2,000 steps and [3.89]{.n section="One step"} in the last 200: they know something of what
follows what. And they wrote the last line, each word (never `<unk>`) drawn with the probabilities
that your `softmax_cross_entropy` makes of the scores.

::: belief
**"In training, only the rows of the words in the batch are updated."** For the input table of
*this* program it is exactly true. But it needs two conditions: a table that is used for input
only (GPT-2 uses one table for both ends: chapter 5), and an optimizer that does nothing where the
gradient is 0, as plain SGD without weight decay. One with momentum keeps moving a row after its
word has gone; chapter 6 measures that, and does the same with
[SparseAdam](https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html), which
leaves the rows that are not in the batch alone.
:::

## A world small enough to know the answer

Before the whole novel, a world where we know what *alike* should mean. It has thirteen words, and
its sentences go round: a colour or a number, a noun, a verb, and again.

| before      | noun  | after       |
|:------------|:------|:------------|
| red, blue   | cat   | runs, jumps |
| one, two    | dog   | runs, jumps |
| red, blue   | kite  | falls, sinks |
| one, two    | stone | falls, sinks |

After any of the four verbs any of the four colours and numbers may come. Cat and dog are *followed*
by the same words, cat and kite *preceded* by the same words; no two of the four nouns share both.
Each pair of neighbours occurs once, and the thirteenth word, "ghost", in none.

::: predict
Your step runs 3,000 times over all 32 pairs. Then take the cosine of cat and dog,
and of cat and kite, in both tables. Which pair will be alike in the input table?
Which in the output table? And what happens to the two rows of "ghost"?

:::: answer
Cat and dog are alike in the input table, cat and kite in the output table, each with a
cosine of [0.98]{.n section="Followers or predecessors?"} or more. The input row of "ghost"
stays where it was, and its output row moves by
[0.52]{.n section="Followers or predecessors?"} or more.
::::
:::

::: {.output section="Followers or predecessors?"}
:::

### Which table groups words by what?

So it comes with all [8]{.n section="Followers or predecessors?" at="seeds:1"} seeds. **The input
table groups words by what follows them, the output table by what precedes them.**

The orders say why. A row of $E$ is sent towards the row of $U$ whose word came next, and away from
those that were believed in. After cat and after dog the same words come, so both are drawn towards
the same rows. A row of $U$ is sent towards the row that was read if its word came, else away from
it. Cat and kite come after the same words. To the one table, cat and dog are the same
word; to the other, cat and kite are. They were asked different questions.

![Cosines in the input table, one seed. The strong squares off the diagonal are cat and dog, kite
and stone: they share followers.](figure:trainer-toy-input){#fig-trainer-toy-input}

![In the output table they are cat and kite, dog and stone: they share
predecessors.](figure:trainer-toy-output){#fig-trainer-toy-output}

The loss is at its floor: half of the pairs have two equally likely next words and half have four,
so nobody can do better than
$\frac12 \ln 2 + \frac12 \ln 4 =$ [1.040]{.n section="Followers or predecessors?"}.

The output row of "ghost" was a candidate at every step, and at every step it was told: less. A rare
word of a real text is nearly such a ghost: it hears "more" only where it comes.

### One step in this world

The chapter's first picture shows a step among three words. Here is one among these thirteen: in new
tables "cat" is read and "runs" comes. You see the share of "runs" before and after, and how far the
rows move: one input row, and all thirteen output rows.

::: {.output section="One step in this world" set="pair steps seed"}
:::

## How good is good? Four yardsticks {#trainer-yardsticks}

Two you know: ignorance, and the words' shares. What can *pairs* do, without a model?

*Yardstick three* is the copyist of the beginning. After "mr" it gives "weston" its share of all the
words that follow "mr" in the training text; and `<unk>`, which it would not write, has its share
here, too. Nobody who sees only the word before can pay less there: no guess costs less than the
true shares (Gibbs' inequality). But on a new text it meets a new pair, gives it probability 0, and
pays $-\ln 0 = \infty$.

*Yardstick four* is of use there: its counts are *smoothed*. It takes 0.75 off the count of every
pair, and spends what it saved on all words, also those never seen after this one
([how](#trainer-counting): the idea of Kneser and Ney, in C).

::: {.output section="Four yardsticks"}
:::

## Emma, four times

Your step is right, but slow for 4,000 words. So the novel is read by `fast_step`: the same step,
[many times as fast](#trainer-fast). It may begin only if one step of each, from the same tables,
leaves the same numbers to within a millionth. The output begins with that, and with what share of
the processor's peak, its highest speed, both reach.

The text is cut into batches of 32 consecutive words; each pass takes them in another random order.
The learning rate begins at 3 ([eight were tried](#trainer-rate)) and falls to 0 in a straight line.

### What four passes bring

::: predict
The training text has [54,412]{.n section="Four yardsticks"} different pairs, and the counts keep
them all. Whatever our model knows of what follows a word must fit into the 64 numbers of its row.
Will it do worse than the counts on the held-out text, as well, or better?

:::: answer
Better: [4.55]{.n section="Training"} nats, and the counts [4.65]{.n section="Four yardsticks"}.
::::
:::

::: {.run passes="0.25"}
In this page a run reads a quarter of the training text, once, unless you ask for more: a browser
takes several times as long. So short a run does not yet find "cried" beside "said" (one pass does),
and in *Places left out* near places make no difference.
:::

::: {.output section="Training" set="passes rate"}
:::

*Training* is the mean over the eighth of all steps that ends there, while the tables still moved.
*Asked* is the training text with the tables as they are then, *held out* the other text: [4.28]{.n
section="Training"} and [4.55]{.n section="Training"} in the end. How far they are apart is about
what was learned by heart. (With each twentieth of the novel held out in turn, at the end of a
`TEXT=`, it is 4.47 to 4.68, and the model always pays less than the counts.)

![Look where the held-out curve crosses the line of the smoothed counts. Training lags, and from two
and a half passes on it is below both all the same. (Its first mean is left
out.)](figure:trainer-loss){#fig-trainer-loss}

The newborn model pays $\ln V$. In the end it is at [4.55]{.n section="Training"} on text that it
has never read, below the [4.65]{.n section="Four yardsticks"} of the smoothed counts. Is that fair?
Four passes and the learning rate were chosen on this same held-out text: `passes=16` learns so much
more by heart that it ends at 4.71, behind the counts. But the 0.75 of the counts
[was chosen there too](#trainer-rate).

### Where does it win, and why?

The last five lines of *Training* part the held-out pairs. Known ones, which the training text has
too, cost model and counts nearly the same. On the [1,716]{.n section="Training"} new ones the
model pays [7.64]{.n section="Training"} and the counts [8.25]{.n section="Training"}. What it pays
less is its *lead*: [0.61]{.n section="Training"}. On new pairs alone that is easy: there the
words' bare *shares* pay [7.37]{.n section="Training"}, but on known ones [5.33]{.n
section="Training"}. Model and counts are equally good on the known; for that the counts give up
0.88 on the new, against the shares, and the model no more than 0.27.

Is there knowledge in the lead? Say a word $w$ has come after "said", but never after "cried". To
the counts "said" is one word like any other. In the model the output row of $w$ has moved towards
the row of "said"; and what lies near "said", as "cried" does, gives $w$ a higher score as well.
Words whose output rows lie near that of $w$ get a higher score after "said", too. Such help was the
hope when such models were new [@bengio2003].

In the line *near only* the second word had come after some of the ten words nearest to the first:
a lead of [1.41]{.n section="Training"}, and the shares are beaten too. Where it had come after
[strangers](#trainer-strangers) instead, ten words about as frequent that lie elsewhere, there is
none. In the *other new*, seven in ten of all, it had come after both or after neither; their lead,
[0.45]{.n section="Training"}, makes half of all that is won on new pairs.

So near words go with the lead. Do they make it? [58]{.n section="Places left out" at="near"} of
the [364]{.n section="Training"} pairs *near only* are of frequent words. The *near places* of such
a pair, say "cried" and $w$, are those where $w$ comes after one of the twenty words nearest to
"cried", as "said" is, and those where one of the twenty nearest to $w$ in the output table comes
after "cried". We train a model of the most frequent words three times: on all their pairs, then
without near places, then without about as many *others* of the same words.

::: {.output section="Places left out"}
:::

Without near places it pays [7.57]{.n section="Places left out"}, else
[6.44]{.n section="Places left out"} or [6.35]{.n section="Places left out"}. So what near words
have heard is carried over, for better or worse: where near places are left out, $w$ looks as if it
*never* came after words near "cried", and words near $w$ as if they never came after "cried"; and
the model falls far behind the shares, [6.39]{.n section="Places left out"}. But near words alone do
not make this lead. With nothing left out the model pays no less than the shares,
[6.31]{.n section="Places left out"}; it is the counts, which set little aside for new words, that
pay [7.63]{.n section="Places left out"}. ([More seeds, more passes](#trainer-help).) The longer a
model trains, the more it learns that $w$ does not come after "cried", and the dearer it is if
neither of them seems to go with words near the other.

## What has become of the noise

For some words the program looks for the three rows with the largest cosine, among words that occur
20 times or more. And it *counts*, without a model, what two words share: the overlap of their
followers is $\sum_w \sqrt{p_w q_w}$, with $p_w$ and $q_w$ the shares of $w$ among the followers of
each: 0 if they have none in common, 1 if they have the same, equally often. For predecessors it is
the same. A star marks the word that shares most of all.

::: {.output section="Nearest neighbours" set="words"}
:::

"Said" has found other ways of saying, and in this run all stars stand at the first place (one line
has none). The last lines give the nearest in the input table at birth, which was a lottery; the
nearest now; the overlap of followers, and the two that add most to it.

So that is how the complaint put "cried" beside "said". It knows nothing of speaking, only what
comes after "said": "emma" and "mr", among others. They come after "cried" as well, so both rows
were drawn towards the same ones. "Hartfield" has three other houses beside it in the output
table, but "town" in the input table, in this run: they share a comma and a full stop.

::: belief
**"Words with similar meaning get similar vectors."** It is not far off, but look at who is
nearest to "she". It is "he". Exchange the two in a letter, and see whether the meaning is
similar. What they share is company: the same verbs follow, "had" and "was" before all. That
company tells much about a word is an old thought [@harris1954]; that antonyms, such as hot and
cold, keep the same company too is an old trouble [@nguyen2016, sec. 1]. What is true: words in
similar *places* get similar rows. In which places, the table decides.
:::

### More than a few words chosen by hand

Take the 399 most frequent words. What does a word share with the one of them that is nearest to it
in a table?

::: {.output section="Company in common"}
:::

With the nearest in the input table a word overlaps by [0.61]{.n section="Company in common"} in
followers and only by [0.38]{.n section="Company in common"} in predecessors; in the output table
it is the other way round, and any two of the words overlap far less. It is no luck: with five
other seeds, and with 1 to 16 passes, the four numbers of the tables stay as they are within 0.02
([other things do not](#trainer-rare)).

## Votes

How far does a row get? Take the most frequent word and one of the rarest that have a row.

::: {.output section="Votes"}
:::

The comma's input row was moved in [19,676]{.n section="Votes"} of [22,112]{.n section="Training"}
steps, that of "desirous", which occurs twice, in [8]{.n section="Votes"}: twice in each pass. And
yet it got more than half as far. But only two places in the novel have said where to. And the comma
is no good measure: nearly anything may follow it, and among frequent words those get far whose
followers are special ([a check](#trainer-rare)).

![How far rows are from where they began. The more frequent a word, the farther its output row has
got. Of the input rows those of words that occur two hundred to two thousand times have got
farthest.](figure:trainer-votes){#fig-trainer-votes}

If the text settles where a row lies, neither the noise at birth nor the order of the batches
should matter. But with another seed, which changes both, three in four of the rarest words have
another nearest one in the input table, and even of the most frequent one in three. ([The order
alone](#trainer-rare) does that to more than half of the rarest, and to three in ten of the
frequent.) A nearest neighbour is a hint; believe it when it comes again with another seed.

## The life of a row

One hears that embeddings are trained first and *then* become the input of a model, frozen. In what
you have written a row is input from step 0 on, when it is noise, and moves each time it is read. It
is frozen only at *inference*, when the model is used and not trained. *Fine-tuning*, training on
with other text, moves it again, unless somebody leaves it out of the step. A *larger vocabulary*
adds rows, with all their votes before them.

## And does it write?

Give the model a full stop, draw the next word with its probabilities, feed that word back, and so
on until the sentence or the line ends.

::: {.output section="Sentences of its own"}
:::

The copyist can only repeat pairs of *Emma*; the model also writes pairs that it has never read,
here "hawkins there". But both see one word back, and no table can mend that. A model would need to
see more words, and to know *where* each stood. That is the next chapter.

## What you can now explain

- The loss is $-\ln p$ of the word that came; its slope along a logit is $p_v - [v = y]$: one word
  is raised, all the others lowered, and the orders sum to 0.
- The gradient of a lookup adds each position's row to the row of its word, and is 0 elsewhere: a
  sparse update gives the same bits as a dense one.
- "Only the rows in the batch move" holds for an input table and plain SGD. In an output table
  every row gets an order at every step.
- Guessing the next word makes words alike by followers in the input table, by predecessors in the
  output table. What a word has heard is carried over to words near it, for better or worse.
- A row is input from its first day on, and frozen while nobody trains, or where somebody leaves it
  out of the step.

## Three questions to think about

::: think
Each row of `dlogits` sums to 0. What follows for the sum of all rows of the output
table's gradient, and so for the mean row of $U$ in the course of training?

:::: answer
The sum over $v$ of
$\mathrm{dlm\_head}_{vi} = \sum_t \mathrm{dlogits}_{tv} h_{ti}$ is
$\sum_t h_{ti} \sum_v \mathrm{dlogits}_{tv} = 0$. So with plain SGD the mean row
of $U$ stays where it was at birth, up to rounding.
::::
:::

::: think
Each batch holds 32 consecutive words. What would change if its 32 pairs came from 32 random
places?

:::: answer
Little: the model looks at pairs only, and each pass contains the same pairs. We tried it, with
all pairs shuffled before each pass: the held-out loss ends at 4.55 as before. For a model that
sees more than one word back, consecutive words are a must.
::::
:::

::: think
Before training, the loss was almost exactly $\ln V$. Suppose it had been 20. What
would you suspect?

:::: answer
That the model is sure, and wrong: above $\ln V$ it is worse than somebody who knows nothing.
At birth that happens if the rows are too long, so that the logits, sums of 64 products, are far
from 0. Our numbers lie between $-0.1$ and 0.1. We tried larger ones: between $-1$ and 1 the
newborn model pays 12 on the held-out text, between $-1.4$ and 1.4 it pays 19, between $-3$ and 3 it
pays 85. Four passes do not mend it: these end at 4.67, 4.77 and 5.54, and ours at 4.55.
::::
:::

## What to read next

- Bengio and others [-@bengio2003] trained the first large models of this kind, with more than one
  word of context.
- Press and Wolf [-@press2017] on the output table: a word embedding in its own right, in seven
  pages.
- Chen and Goodman [-@chen1999] compare the ways to smooth counts, patiently.

## Behind the scenes {#trainer-behind}

What the chapter used and did not stop to explain. First what all of it needs: room in memory,
and a last sentence where there is none.
*/

// one sentence for whoever started the program, then the end of it
static _Noreturn void give_up(int status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("03_trainer: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(status);
}

// zeroed room for n things, at the start of a cache line
static void *allocate(size_t n, size_t size)
{
    const size_t bytes = (n * size / 64 + 1) * 64;
    void *room = aligned_alloc(64, bytes);
    if (!room)
        give_up(1, "there is no room for %zu bytes", bytes);
    return memset(room, 0, bytes);
}

/*
The text. A file becomes words, and a hash table finds the number of a word: its letters are
stirred into one large number, which says at which slot to look; if another word sits there,
the next slot is tried.
*/

enum { MAX_BYTES = 100000000, LEAST_WORDS = 2000, LEAST_DIFFERENT = 104 };
enum { MOST_HELD_OUT = 20000 };

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

// the id of a word, or 0
static uint32_t find_word(const struct corpus *corpus, const char *name, size_t length)
{
    for (size_t v = 1; v < corpus->vocab_size; v++)
        if (corpus->words[v].length == length &&
            memcmp(corpus->words[v].start, name, length) == 0)
            return (uint32_t)v;
    return 0;
}

/*
Real texts come as they are. Project Gutenberg frames a book with two lines of asterisks;
what stands outside of them is a licence, and a model that is tested on a licence has been
tested on something else. The apostrophe of printed books, ’, is three bytes. And letters
with accents, or of another alphabet, are no letters here: the program counts them, and says
so. Of a very long text no more than the last 20,000 words are held out. And the vocabulary is
chosen from the training part alone.
*/

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

/*
Random numbers, sums, distances.
*/

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

// from 0 to n - 1
static size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)(random_unit(state) * (double)n);
}

// n numbers from -size to size
static void fill_random(float *out, size_t n, double size, uint64_t *state)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (float)(size * (2.0 * random_unit(state) - 1.0));
}

static double dot(const float *a, const float *b, size_t n)
{
    double s[4] = {0.0, 0.0, 0.0, 0.0}; // no sum waits for another
    for (size_t i = 0; i < n; i += 4)
        for (size_t k = 0; k < 4 && i + k < n; k++)
            s[k] += (double)a[i + k] * b[i + k];
    return s[0] + s[1] + s[2] + s[3];
}

// a . b / (|a| |b|)
static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
}

static double distance(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return sqrt(sum);
}

/*
### The four yardsticks, counted {#trainer-counting}

Two ways to sort all pairs of neighbours in the text, by the first word or by the second,
without comparing anything: count, add up, put in place. Then the entropies, which are the
formulas of the text, and the smoothed counts. What was saved goes to a word according to how
many *different* words it has been seen after: that is the idea of Kneser and Ney. Our form is
the interpolated one with one fixed discount; in a thorough comparison of ways to smooth counts a
variation of it, with three discounts, came out best [@chen1999]. We also add 1 to the number of
different words, so that no word gets nothing.
*/

// Pairs of neighbours, sorted by one of the two words: the other words of word v's pairs
// are other[begin[v]] ... other[begin[v + 1] - 1].
struct pairs {
    size_t *begin;   // [vocab_size + 1]
    uint32_t *other; // [n_pairs]
    size_t n_pairs;
};

static struct pairs group_pairs(const uint32_t *by, const uint32_t *other, size_t n_pairs,
                                size_t vocab_size)
{
    struct pairs pairs = {allocate(vocab_size + 1, sizeof *pairs.begin),
                          allocate(n_pairs, sizeof *pairs.other), n_pairs};
    size_t *next = allocate(vocab_size + 1, sizeof *next);
    for (size_t p = 0; p < n_pairs; p++)
        pairs.begin[by[p] + 1]++;
    for (size_t v = 0; v < vocab_size; v++)
        pairs.begin[v + 1] += pairs.begin[v];
    memcpy(next, pairs.begin, vocab_size * sizeof *next);
    for (size_t p = 0; p < n_pairs; p++)
        pairs.other[next[by[p]]++] = other[p];
    free(next);
    return pairs;
}

static void free_pairs(struct pairs *pairs)
{
    free(pairs->begin);
    free(pairs->other);
}

// counts[w] = how often w stands in the pairs of word v; gives the number of different w
static size_t count_others(size_t *counts, const struct pairs *pairs, size_t v,
                           size_t vocab_size)
{
    size_t n_different = 0;
    memset(counts, 0, vocab_size * sizeof *counts);
    for (size_t p = pairs->begin[v]; p < pairs->begin[v + 1]; p++)
        n_different += counts[pairs->other[p]]++ == 0;
    return n_different;
}

static size_t count_different(const struct pairs *pairs, size_t vocab_size)
{
    size_t n_different = 0, *counts = allocate(vocab_size, sizeof *counts);
    for (size_t v = 0; v < vocab_size; v++)
        n_different += count_others(counts, pairs, v, vocab_size);
    free(counts);
    return n_different;
}

// of the words below vocab_size; the others are taken together, as id 0
static double unigram_entropy(const struct corpus *corpus, size_t vocab_size)
{
    double entropy = 0.0;
    size_t left = corpus->n_train;
    for (size_t v = 1; v <= vocab_size; v++) {
        const size_t count = v < vocab_size ? corpus->words[v].count : left;
        const double p = (double)count / (double)corpus->n_train;
        left -= count;
        if (count > 0)
            entropy -= p * log(p);
    }
    return entropy;
}

// - sum over pairs of ln(count of the pair / count of its first word), per pair
static double bigram_entropy(const struct pairs *pairs, size_t vocab_size)
{
    size_t *counts = allocate(vocab_size, sizeof *counts);
    double entropy = 0.0;
    for (size_t v = 0; v < vocab_size; v++) {
        double n = (double)(pairs->begin[v + 1] - pairs->begin[v]);
        count_others(counts, pairs, v, vocab_size);
        for (size_t w = 0; w < vocab_size; w++)
            if (counts[w] > 0)
                entropy -= (double)counts[w] * log((double)counts[w] / n);
    }
    free(counts);
    return entropy / (double)pairs->n_pairs;
}

// share[w]: of all different pairs in the training text, the share that ends in w
static void continuation_shares(double *share, const struct pairs *by_second,
                                size_t vocab_size)
{
    size_t *counts = allocate(vocab_size, sizeof *counts);
    double total = 0.0;
    for (size_t w = 0; w < vocab_size; w++) {
        share[w] = 1.0 + (double)count_others(counts, by_second, w, vocab_size);
        total += share[w];
    }
    for (size_t w = 0; w < vocab_size; w++)
        share[w] /= total;
    free(counts);
}

static const double DISCOUNT = 0.75;

// of one pair: its count, the pairs of its first word, what those have put aside, and the
// share of it that goes to the second word
static double smoothed_loss(size_t count, double n, double spare, double share)
{
    double kept = count > 0 ? (double)count - DISCOUNT : 0.0;
    return -log(n > 0.0 ? (kept + spare * share) / n : share);
}

// all that is counted in a text
struct counted {
    struct pairs train,
        by_second;         // of the training part, sorted by first, by second word
    struct pairs held_out; // by first word; other: the place in the held-out part
    double *loss, *shares; // [held_out.n_pairs] what smoothed counts pay at a place, and
                           // what the bare share of its second word pays
    bool *is_new;          // [held_out.n_pairs] the training part has no such pair
};

// loss, shares and is_new
static void count_losses(struct counted *counted, const uint32_t *held_second,
                         size_t vocab_size)
{
    size_t *counts = allocate(vocab_size, sizeof *counts);
    double *share = allocate(vocab_size, sizeof *share);
    const struct pairs *train = &counted->train, *held_out = &counted->held_out;
    const size_t *by_second = counted->by_second.begin;
    continuation_shares(share, &counted->by_second, vocab_size);
    for (size_t v = 0; v < vocab_size; v++) {
        double n = (double)(train->begin[v + 1] - train->begin[v]);
        double spare = DISCOUNT * (double)count_others(counts, train, v, vocab_size);
        for (size_t p = held_out->begin[v]; p < held_out->begin[v + 1]; p++) {
            const size_t place = held_out->other[p], w = held_second[place];
            counted->is_new[place] = counts[w] == 0;
            counted->loss[place] = smoothed_loss(counts[w], n, spare, share[w]);
            // a word that was never second counts as one that was once
            counted->shares[place] =
                log((double)train->n_pairs) -
                log(fmax(1.0, (double)(by_second[w + 1] - by_second[w])));
        }
    }
    free(share);
    free(counts);
}

// of the first n_pairs pairs, for the n_held pairs that come later
static struct counted count_pairs(const uint32_t *first, const uint32_t *second,
                                  size_t n_pairs, const uint32_t *held_first,
                                  const uint32_t *held_second, size_t n_held,
                                  size_t vocab_size)
{
    uint32_t *places = allocate(n_held, sizeof *places);
    for (size_t p = 0; p < n_held; p++)
        places[p] = (uint32_t)p;
    struct counted counted = {group_pairs(first, second, n_pairs, vocab_size),
                              group_pairs(second, first, n_pairs, vocab_size),
                              group_pairs(held_first, places, n_held, vocab_size),
                              allocate(n_held, sizeof *counted.loss),
                              allocate(n_held, sizeof *counted.shares),
                              allocate(n_held, sizeof *counted.is_new)};
    free(places);
    count_losses(&counted, held_second, vocab_size);
    return counted;
}

static struct counted count_text(const struct corpus *corpus)
{
    const uint32_t *ids = corpus->ids, *held = ids + corpus->n_train;
    return count_pairs(ids, ids + 1, corpus->n_train - 1, held, held + 1,
                       corpus->n_ids - 1 - corpus->n_train, corpus->vocab_size);
}

static void close_counted(struct counted *counted)
{
    free_pairs(&counted->train);
    free_pairs(&counted->by_second);
    free_pairs(&counted->held_out);
    free(counted->loss);
    free(counted->shares);
    free(counted->is_new);
}

struct yardsticks {
    double uniform, unigram, floor; // of the training text
    double shares, counts;          // of the held-out text
    size_t n_different;             // pairs in the training text
};

static double mean(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += x[p];
    return sum / (double)n;
}

static struct yardsticks measure_yardsticks(const struct corpus *corpus,
                                            const struct counted *counted)
{
    const size_t vocab_size = corpus->vocab_size, n_held = counted->held_out.n_pairs;
    return (struct yardsticks){log((double)vocab_size),
                               unigram_entropy(corpus, vocab_size),
                               bigram_entropy(&counted->train, vocab_size),
                               mean(counted->shares, n_held),
                               mean(counted->loss, n_held),
                               count_different(&counted->train, vocab_size)};
}

/*
### Room for a step, and two updates {#trainer-updates}

![Time for one update with the gradient of 1,024 words. Look where the lines cross: to
the left of it a list is more work than it saves.](figure:trainer-updates){#fig-trainer-updates}

At GPT-2's size, 50,257 rows of 768, `make bench` measures both: we saw the sparse update take
about a hundredth of the dense one's time.

How a workshop is opened and closed; the two ways to move a table, compared and timed, or the
name of the exercise that they wait for.
*/

static struct workshop open_workshop(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    struct workshop w = {
        .n_tokens = n_tokens, .vocab_size = vocab_size, .d_model = d_model};
    w.wte = allocate(vocab_size * d_model, sizeof *w.wte);
    w.lm_head = allocate(vocab_size * d_model, sizeof *w.lm_head);
    w.logits = allocate(n_tokens * vocab_size, sizeof *w.logits);
    w.dhidden = allocate(n_tokens * d_model, sizeof *w.dhidden);
    w.drows = allocate(n_tokens * d_model, sizeof *w.drows);
    w.rows = allocate(n_tokens, sizeof *w.rows);
    return w;
}

static void close_workshop(struct workshop *w)
{
    free(w->wte);
    free(w->lm_head);
    free(w->logits);
    free(w->dhidden);
    free(w->drows);
    free(w->rows);
}

// one batch and the two ways to move a table by its gradient
struct update {
    size_t n_tokens, vocab_size, d_model;
    uint32_t *ids, *rows; // [n_tokens]
    float *dout, *drows;  // [n_tokens][d_model]
    float *wte, *dwte;    // [vocab_size][d_model]
};

// the whole table: clear the gradient, add, move every row
static bool update_dense(struct update *u, float learning_rate)
{
    const size_t n = u->vocab_size * u->d_model;
    memset(u->dwte, 0, n * sizeof *u->dwte);
    if (!embedding_backward(u->dwte, u->dout, u->ids, u->n_tokens, u->vocab_size,
                            u->d_model))
        return false;
    for (size_t k = 0; k < n; k++)
        u->wte[k] -= learning_rate * u->dwte[k];
    return true;
}

// the rows of the batch only
static bool update_sparse(struct update *u, float learning_rate)
{
    size_t n_rows = 0;
    return coalesce_rows(u->rows, u->drows, &n_rows, u->ids, u->dout, u->n_tokens,
                         u->d_model) &&
           sgd_update_rows(u->wte, u->rows, u->drows, learning_rate, n_rows,
                           u->vocab_size, u->d_model);
}

static struct update open_update(size_t n_tokens, size_t vocab_size, size_t d_model)
{
    uint64_t state = 3;
    struct update u = {
        .n_tokens = n_tokens, .vocab_size = vocab_size, .d_model = d_model};
    u.ids = allocate(n_tokens, sizeof *u.ids);
    u.rows = allocate(n_tokens, sizeof *u.rows);
    u.dout = allocate(n_tokens * d_model, sizeof *u.dout);
    u.drows = allocate(n_tokens * d_model, sizeof *u.drows);
    u.wte = allocate(vocab_size * d_model, sizeof *u.wte);
    u.dwte = allocate(vocab_size * d_model, sizeof *u.dwte);
    for (size_t t = 0; t < n_tokens; t++)
        u.ids[t] = (uint32_t)random_below(&state, vocab_size);
    fill_random(u.dout, n_tokens * d_model, 1.0, &state);
    fill_random(u.wte, vocab_size * d_model, 1.0, &state);
    return u;
}

static void close_update(struct update *u)
{
    free(u->ids);
    free(u->rows);
    free(u->dout);
    free(u->drows);
    free(u->wte);
    free(u->dwte);
}

// how many numbers differ in their bits after a dense and a sparse update
static size_t count_different_bits(const struct corpus *corpus)
{
    struct update dense = open_update(BATCH, corpus->vocab_size, D_MODEL);
    struct update sparse = open_update(BATCH, corpus->vocab_size, D_MODEL);
    size_t n_different = 0;
    memcpy(dense.ids, corpus->ids, BATCH * sizeof *dense.ids);
    memcpy(sparse.ids, corpus->ids, BATCH * sizeof *sparse.ids);
    update_dense(&dense, 0.1f);
    update_sparse(&sparse, 0.1f);
    for (size_t k = 0; k < corpus->vocab_size * D_MODEL; k++)
        n_different += memcmp(&dense.wte[k], &sparse.wte[k], sizeof(float)) != 0;
    close_update(&dense);
    close_update(&sparse);
    return n_different;
}

// several times of one and the same thing, in seconds
struct samples {
    double best, sum;
    size_t n;
};

static void add_sample(struct samples *s, double spent)
{
    s->best = s->n++ == 0 ? spent : fmin(s->best, spent);
    s->sum += spent;
}

// The clock of a browser may be too coarse for one sample: then it is the mean that counts.
static double best_of(const struct samples *s)
{
    return s->best > 0.0 ? s->best : s->sum / (double)s->n;
}

static double time_update(struct update *u, bool (*update)(struct update *, float),
                          double patience)
{
    struct samples samples = {0};
    double begin = seconds();
    while (samples.sum <= 0.0 || samples.n < 3 || seconds() - begin < patience) {
        double start = seconds();
        update(u, 0.001f);
        add_sample(&samples, seconds() - start);
    }
    return best_of(&samples);
}

static const char *missing_update(void)
{
    float one = 1.0f, row[1] = {0};
    uint32_t id = 0, rows[1];
    size_t n_rows;
    if (!embedding_backward(row, &one, &id, 1, 1, 1))
        return "3.2";
    if (!coalesce_rows(rows, row, &n_rows, &id, &one, 1, 1))
        return "3.3";
    return sgd_update_rows(row, &id, &one, 1.0f, 1, 1, 1) ? NULL : "3.4";
}

static void wait_for_update(const char *exercise)
{
    waits_for(exercise, exercise[2] == '2'   ? "embedding_backward"
                        : exercise[2] == '3' ? "coalesce_rows"
                                             : "sgd_update_rows");
}

// gives the time of a sparse update by that of a dense one
static double race_updates(size_t vocab_size, FILE *figure)
{
    struct update u = open_update(1024, vocab_size, D_MODEL);
    double dense = 1e6 * time_update(&u, update_dense, 0.005);
    double sparse = 1e6 * time_update(&u, update_sparse, 0.005);
    if (figure)
        fprintf(figure, "%zu\t%g\t%g\n", vocab_size, dense, sparse);
    close_update(&u);
    return sparse / dense;
}

/*
### The same step, fast {#trainer-fast}

Your step is right, and it is slow: on the novel's 4,000 words it takes some milliseconds, or,
with plain loops on a slow machine, a tenth of a second, and we want twenty-two thousand steps.
Each is 49 million operations: three products, for the logits, for `dhidden` and for `lm_head`,
of $32 \times 64 \times 4{,}000$ multiplications and as many additions. Before `fast_step` may
touch the novel, one step of each is taken from the same tables; the first line under *Training*
says what came of it.

The *peak* is what a loop reaches that does nothing but multiply and add numbers in the
processor's registers. `fast_step` too moves the input table through your own `coalesce_rows` and
`sgd_update_rows`.

### In tiles {#trainer-tiles}

Plain loops reach a few percent of the peak, or less. The cure is a tile of named sums that stay
in registers, and chapter 1 explains it. What is new is where the neighbours lie. For the logits
we turn the hidden rows on their side, so that the 32 words of the batch lie next to each other:
one number of a row of $U$ meets 32 words at once. Each word has its own sum, so no order changes,
and the compiler may use the widest instructions it has [see also @goto2008]. Eight rows of $U$
make a tile of $8 \times 32$ sums. One function does all three products. In each, eight rows of
the result are sums of rows of something else, each times a factor; only the steps from one factor
to the next differ. The function stands by itself, and each of its three callers names its steps
as constants.
*/

enum { HEAD_BLOCK = 120 };

struct model {
    size_t vocab_size;
    uint64_t seed;           // of its first numbers
    float *wte, *lm_head;    // [vocab_size][D_MODEL]
    float *logits;           // [vocab_size][BATCH]: the words of the batch side by side
    float *base;             // [vocab_size / HEAD_BLOCK, rounded up][BATCH]
    float *hidden, *dhidden; // [BATCH][D_MODEL]
    float *hidden_by_dimension; // [D_MODEL][BATCH]
    float *drows;               // [BATCH][D_MODEL]
    uint32_t *rows;             // [BATCH]: the first n_rows were moved by the last step
    size_t n_rows;
    float largest[BATCH]; // the largest logit of each word of the batch
    float total[BATCH];   // and the sum of its exponentials
};

static struct model open_model(size_t vocab_size, uint64_t seed)
{
    uint64_t state = seed;
    struct model m = {.vocab_size = vocab_size, .seed = seed};
    m.wte = allocate(vocab_size * D_MODEL, sizeof *m.wte);
    // with room behind them: the last block, too, asks for a next one, which nobody reads
    m.lm_head = allocate((vocab_size + 2 * HEAD_BLOCK) * D_MODEL, sizeof *m.lm_head);
    m.logits = allocate((vocab_size + 2 * HEAD_BLOCK) * BATCH, sizeof *m.logits);
    m.base = allocate((vocab_size / HEAD_BLOCK + 1) * BATCH, sizeof *m.base);
    m.hidden = allocate(BATCH * D_MODEL, sizeof *m.hidden);
    m.dhidden = allocate(BATCH * D_MODEL, sizeof *m.dhidden);
    m.hidden_by_dimension = allocate(BATCH * D_MODEL, sizeof *m.hidden_by_dimension);
    m.drows = allocate(BATCH * D_MODEL, sizeof *m.drows);
    m.rows = allocate(BATCH, sizeof *m.rows);
    fill_random(m.wte, vocab_size * D_MODEL, 0.1, &state);
    fill_random(m.lm_head, vocab_size * D_MODEL, 0.1, &state);
    return m;
}

static void close_model(struct model *m)
{
    free(m->wte);
    free(m->lm_head);
    free(m->logits);
    free(m->base);
    free(m->hidden);
    free(m->dhidden);
    free(m->hidden_by_dimension);
    free(m->drows);
    free(m->rows);
}

// columns of a tile. 8 rows of 8 fill the registers of a processor with AVX and FMA, 8 rows of 32
// those of one with AVX-512, and 8 rows of 4 those that a browser gives to a program; elsewhere
// 32 was the faster
#if defined __AVX__ && defined __FMA__ && !defined __AVX512F__
enum { TILE = 8 };
#elif defined __wasm__
enum { TILE = 4 };
#else
enum { TILE = 32 };
#endif

// a function that the compiler shall not melt into others: it has all registers to itself
#define OWN_FUNCTION __attribute__((noinline))

// out[r][c] += sum over k of a[r * a_row + k * a_step] * b[k * b_step + c]
//   for 8 rows r, which lie out_row apart, and TILE columns c; fresh room in out counts as 0
OWN_FUNCTION static void tile(float *restrict out, size_t out_row,
                              const float *restrict a, size_t a_row, size_t a_step,
                              const float *restrict b, size_t b_step, size_t n,
                              bool fresh)
{
    float sum0[TILE] = {0}, sum1[TILE] = {0}, sum2[TILE] = {0}, sum3[TILE] = {0};
    float sum4[TILE] = {0}, sum5[TILE] = {0}, sum6[TILE] = {0}, sum7[TILE] = {0};
    for (size_t k = 0; k < n; k++) {
        const float *x = a + k * a_step, *row = b + k * b_step;
        const float x0 = x[0], x1 = x[a_row], x2 = x[2 * a_row], x3 = x[3 * a_row];
        const float x4 = x[4 * a_row], x5 = x[5 * a_row], x6 = x[6 * a_row],
                    x7 = x[7 * a_row];
        for (size_t c = 0; c < TILE; c++) {
            sum0[c] = multiply_add(x0, row[c], sum0[c]);
            sum1[c] = multiply_add(x1, row[c], sum1[c]);
            sum2[c] = multiply_add(x2, row[c], sum2[c]);
            sum3[c] = multiply_add(x3, row[c], sum3[c]);
            sum4[c] = multiply_add(x4, row[c], sum4[c]);
            sum5[c] = multiply_add(x5, row[c], sum5[c]);
            sum6[c] = multiply_add(x6, row[c], sum6[c]);
            sum7[c] = multiply_add(x7, row[c], sum7[c]);
        }
    }
    for (size_t c = 0; c < TILE; c++) {
        out[c] = (fresh ? 0.0f : out[c]) + sum0[c];
        out[out_row + c] = (fresh ? 0.0f : out[out_row + c]) + sum1[c];
        out[2 * out_row + c] = (fresh ? 0.0f : out[2 * out_row + c]) + sum2[c];
        out[3 * out_row + c] = (fresh ? 0.0f : out[3 * out_row + c]) + sum3[c];
        out[4 * out_row + c] = (fresh ? 0.0f : out[4 * out_row + c]) + sum4[c];
        out[5 * out_row + c] = (fresh ? 0.0f : out[5 * out_row + c]) + sum5[c];
        out[6 * out_row + c] = (fresh ? 0.0f : out[6 * out_row + c]) + sum6[c];
        out[7 * out_row + c] = (fresh ? 0.0f : out[7 * out_row + c]) + sum7[c];
    }
}

/*
The three products go through the table in blocks of 120 rows (we shall see why). The block
that they work on is near. The next one may have to come from far away: with 50,000 words the
head and the logits fill 19 MB. So each product does what the lookup of chapter 1 did, and
asks early: a few rows of the next block, between one tile and the next.
*/

// carried over from chapter 1
#if defined __GNUC__
#define ASK_FOR(address) __builtin_prefetch(address)
#else
#define ASK_FOR(address) ((void)(address))
#endif
// end of what was carried over

enum { LINE = 16 }; // floats of a cache line, on most machines

// carried over from chapter 1
static void ask_for_row(const float *row, size_t n_floats)
{
    for (size_t i = 0; i < n_floats; i += LINE)
        ASK_FOR(row + i);
}
// end of what was carried over

// logits[v][t] = sum over i of head[v][i] * hidden[i][t]
static void make_logits(float *logits, const float *head, const float *hidden,
                        size_t n_rows)
{
    for (size_t v = 0; v < n_rows; v += 8) {
        ask_for_row(head + (v + HEAD_BLOCK) * D_MODEL, 8 * D_MODEL);
        for (size_t t = 0; t < BATCH; t += TILE)
            tile(logits + v * BATCH + t, BATCH, head + v * D_MODEL, D_MODEL, 1,
                 hidden + t, BATCH, D_MODEL, true);
    }
}

// dhidden[t][i] += sum over v of dlogits[v][t] * head[v][i]
static void add_dhidden(float *dhidden, const float *dlogits, const float *head,
                        size_t n_rows)
{
    const float *ahead = dlogits + HEAD_BLOCK * BATCH;
    const size_t n_asked = HEAD_BLOCK * TILE * 8 / D_MODEL; // a tile's share of a block
    for (size_t t = 0; t < BATCH; t += 8)
        for (size_t i = 0; i < D_MODEL; i += TILE, ahead += n_asked) {
            ask_for_row(ahead, n_asked);
            tile(dhidden + t * D_MODEL + i, D_MODEL, dlogits + t, 1, BATCH, head + i,
                 D_MODEL, n_rows, false);
        }
}

// head[v][i] += sum over t of dlogits[v][t] * move[t][i]
static void move_head(float *head, const float *dlogits, const float *move, size_t n_rows)
{
    for (size_t v = 0; v < n_rows; v += 8) {
        ask_for_row(head + (v + HEAD_BLOCK) * D_MODEL, 8 * D_MODEL);
        for (size_t i = 0; i < D_MODEL; i += TILE)
            tile(head + v * D_MODEL + i, D_MODEL, dlogits + v * BATCH, BATCH, 1, move + i,
                 D_MODEL, BATCH, false);
    }
}

/*
### An exponential without a branch

The logits come out as `logits[v][t]`, with the batch innermost. That suits the
softmax too: its maxima and sums run down the columns, 32 at a time. Only the
exponential is missing, in a form that the compiler can use 32 times at once:
without a call and without a branch.

Write $e^x = 2^n e^r$ with $n$ the whole number nearest to $x / \ln 2$ and
$r = x - n \ln 2$. Then $r$ lies between $-0.35$ and $0.35$, where seven terms of
$1 + r + r^2/2 + r^3/6 + \dots$ are right to a few units of a `float`'s last place. And $2^n$
needs no arithmetic: in a `float` the exponent is stored as an integer, so we put
$n + 127$ there. After the largest logit has been taken away, $x$ is never
positive, and below $-87$ the answer is as good as 0.
*/

static inline float exp_of_negative(float x); // melted into the loops that use it

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

/*
### The largest so far

Now the loss. It needs the largest logit of all words before the first exponential can be
taken, so one would go through the table of logits once for the largest, once for the
exponentials, and each time it comes from slower memory. It can be had in one go. We work in
blocks of 120 rows, and keep the largest logit *so far*. When a block raises it from $m$ to
$m'$, the sum of all earlier exponentials was taken with too small an $m$, and one factor
mends it:

$$\sum_w e^{z_w - m'} = e^{m - m'} \sum_w e^{z_w - m} .$$

The exponentials themselves stay as they are; we note for each block which largest logit it
was taken with, its *base*, and mend them when we come by again. The way to take a softmax
piece by piece is known [@milakov2018]; attention that is fast on long texts rests on it
[@dao2022].
*/

// the rows of the batch's words, as they are and on their side
static void gather(struct model *m, const uint32_t *inputs)
{
    for (size_t t = 0; t < BATCH; t++)
        memcpy(m->hidden + t * D_MODEL, m->wte + inputs[t] * (size_t)D_MODEL,
               D_MODEL * sizeof *m->hidden);
    for (size_t i = 0; i < D_MODEL; i++)
        for (size_t t = 0; t < BATCH; t++)
            m->hidden_by_dimension[i * BATCH + t] = m->hidden[t * D_MODEL + i];
}

// now[t] = the largest of now[t] and of logits[v][t] for n_rows rows v. This and exponentials
// are functions of their own: inside another one gcc kept their 32 numbers in memory
OWN_FUNCTION static void find_largest(float *restrict now, const float *restrict logits,
                                      size_t n_rows)
{
    float largest[BATCH];
    for (size_t t = 0; t < BATCH; t++)
        largest[t] = now[t];
    for (size_t v = 0; v < n_rows; v++)
        for (size_t t = 0; t < BATCH; t++)
            largest[t] =
                logits[v * BATCH + t] > largest[t] ? logits[v * BATCH + t] : largest[t];
    for (size_t t = 0; t < BATCH; t++)
        now[t] = largest[t];
}

// raises largest[t] to the largest logit of n_rows rows, and brings total[t] down with it
static void raise_largest(struct model *m, const float *logits, size_t n_rows)
{
    float before[BATCH];
    memcpy(before, m->largest, sizeof before);
    find_largest(m->largest, logits, n_rows);
    for (size_t t = 0; t < BATCH; t++)
        m->total[t] *= exp_of_negative(before[t] - m->largest[t]);
}

// logits become e^(logit - largest), and total collects them
OWN_FUNCTION static void exponentials(float *restrict logits, float *restrict total,
                                      const float *restrict largest, size_t n_rows)
{
    float sum[BATCH] = {0};
    for (size_t v = 0; v < n_rows; v++)
        for (size_t t = 0; t < BATCH; t++) {
            float e = exp_of_negative(logits[v * BATCH + t] - largest[t]);
            logits[v * BATCH + t] = e;
            sum[t] += e;
        }
    for (size_t t = 0; t < BATCH; t++)
        total[t] += sum[t];
}

static size_t rows_of_block(const struct model *m, size_t v)
{
    return m->vocab_size - v < HEAD_BLOCK ? m->vocab_size - v : HEAD_BLOCK;
}

// logits[v][t] becomes e^(logit - base of v's block), total their sums as if from one base
static void forward(struct model *m, const uint32_t *inputs)
{
    gather(m, inputs);
    for (size_t t = 0; t < BATCH; t++) {
        m->largest[t] = -INFINITY;
        m->total[t] = 0.0f;
    }
    for (size_t v = 0; v < m->vocab_size; v += HEAD_BLOCK) {
        const size_t n_rows = rows_of_block(m, v);
        float *block = m->logits + v * BATCH;
        make_logits(block, m->lm_head + v * D_MODEL, m->hidden_by_dimension, n_rows);
        raise_largest(m, block, n_rows);
        exponentials(block, m->total, m->largest, n_rows);
        memcpy(m->base + v / HEAD_BLOCK * BATCH, m->largest, sizeof m->largest);
    }
}

// after forward: ln of the sum of e^logit, for the t-th word of the batch
static double log_of_total(const struct model *m, size_t t)
{
    return (double)m->largest[t] + log((double)m->total[t]);
}

// the logit of y after x
static double logit_of(const struct model *m, uint32_t x, uint32_t y)
{
    return dot(m->lm_head + y * (size_t)D_MODEL, m->wte + x * (size_t)D_MODEL, D_MODEL);
}

/*
The way back goes through `lm_head` in the same blocks, and does everything that concerns a
block while it is in the nearest caches: finish its probabilities, add its part to `dhidden`,
then move it. The order inside a block is the one from exercise 3.5: first take, then move.

One thing stands outside. `dlogits` is $p_v - [v = y]$, and only one word of each column has
the second part. We treat it by itself: before the blocks, `dhidden` gets $-1$ times the row
of the word that came, and after the last block that row gets its raise.
*/

// of the block that begins at row v: exponentials become shares of BATCH
static void finish_shares(struct model *m, size_t v)
{
    const float *base = m->base + v / HEAD_BLOCK * BATCH;
    float *block = m->logits + v * BATCH, factor[BATCH];
    for (size_t t = 0; t < BATCH; t++)
        factor[t] = exp_of_negative(base[t] - m->largest[t]) / (m->total[t] * BATCH);
    for (size_t k = 0; k < rows_of_block(m, v); k++)
        for (size_t t = 0; t < BATCH; t++)
            block[k * BATCH + t] *= factor[t];
}

// out[i] += factor * row[i]
static void add_row(float *out, const float *row, float factor)
{
    for (size_t i = 0; i < D_MODEL; i++)
        out[i] += factor * row[i];
}

// dhidden and the step of lm_head: shares block by block, the words that came by themselves
static void backward_head(struct model *m, const uint32_t *targets, float learning_rate)
{
    for (size_t k = 0; k < BATCH * D_MODEL; k++)
        m->hidden[k] *=
            -learning_rate; // times dlogits, that is how a row of lm_head moves
    memset(m->dhidden, 0, BATCH * D_MODEL * sizeof *m->dhidden);
    for (size_t t = 0; t < BATCH; t++)
        add_row(m->dhidden + t * D_MODEL, m->lm_head + targets[t] * (size_t)D_MODEL,
                -1.0f / BATCH);
    for (size_t v = 0; v < m->vocab_size; v += HEAD_BLOCK) {
        const size_t n_rows = rows_of_block(m, v);
        float *shares = m->logits + v * BATCH, *head = m->lm_head + v * D_MODEL;
        finish_shares(m, v);
        add_dhidden(m->dhidden, shares, head, n_rows);
        move_head(head, shares, m->hidden, n_rows);
    }
    for (size_t t = 0; t < BATCH; t++)
        add_row(m->lm_head + targets[t] * (size_t)D_MODEL, m->hidden + t * D_MODEL,
                -1.0f / BATCH);
}

// the same step as train_step, for BATCH words; gives the mean loss before it
static double fast_step(struct model *m, const uint32_t *inputs, const uint32_t *targets,
                        float learning_rate)
{
    double sum = 0.0;
    forward(m, inputs);
    for (size_t t = 0; t < BATCH; t++)
        sum += log_of_total(m, t) - logit_of(m, inputs[t], targets[t]);
    backward_head(m, targets, learning_rate);
    coalesce_rows(m->rows, m->drows, &m->n_rows, inputs, m->dhidden, BATCH, D_MODEL);
    sgd_update_rows(m->wte, m->rows, m->drows, learning_rate, m->n_rows, m->vocab_size,
                    D_MODEL);
    return sum / BATCH;
}

/*
On the machine that built this page, with AVX-512 and gcc, the tiles reach three quarters of
the peak, in plain C; with fewer registers the share is smaller. The rest goes to the
exponentials, to filling and emptying the tiles, and to fetching the tables. `make bench` goes
on to 50,000 words, where no table fits a near cache and a step also moves 64 MB; it prints what
share of the step's time a loop that only fetches and stores needs for as much.
*/

/*
### The stopwatch

How fast a step is, and how fast it could be.
*/

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

// multiplications and additions in one step: three products of BATCH x d_model x vocab_size
static double work_of_step(size_t vocab_size)
{
    return 6.0 * BATCH * D_MODEL * (double)vocab_size;
}

// bytes that a step moves between memory and processor, if no table fits a cache: lm_head is
// fetched twice and written once, the shares are fetched and written twice
static double bytes_of_step(size_t vocab_size)
{
    return (double)vocab_size * (3.0 * D_MODEL + 4.0 * BATCH) * sizeof(float);
}

// bytes a second that a plain loop reads and writes in a large array, the best of several
static double measure_traffic(void)
{
    const size_t n = 8000000;
    float *array = allocate(n, sizeof *array);
    double best = 0.0;
    for (int go = 0; go < 5; go++) {
        double start = seconds();
        for (size_t k = 0; k < n; k++)
            array[k] += 1.0f;
        best = fmax(best, 2.0 * (double)n * sizeof *array / (seconds() - start));
    }
    free(array);
    return best;
}

static void draw_batch(uint32_t *ids, size_t vocab_size, uint64_t *state)
{
    for (size_t t = 0; t < BATCH; t++)
        ids[t] = (uint32_t)random_below(state, vocab_size);
}

// seconds of a fast step
static double time_fast_step(size_t vocab_size, double patience)
{
    struct model m = open_model(vocab_size, 7);
    uint64_t state = 1;
    uint32_t inputs[BATCH], targets[BATCH];
    struct samples samples = {0};
    double begin = seconds();
    while (samples.sum <= 0.0 || seconds() - begin < patience) {
        draw_batch(inputs, vocab_size, &state);
        draw_batch(targets, vocab_size, &state);
        double start = seconds();
        fast_step(&m, inputs, targets, 0.1f);
        add_sample(&samples, seconds() - start);
    }
    close_model(&m);
    return best_of(&samples);
}

// the same for the reader's own; NAN if it is not written
static double time_train_step(size_t vocab_size)
{
    struct workshop w = open_workshop(BATCH, vocab_size, D_MODEL);
    uint64_t state = 1;
    uint32_t inputs[BATCH], targets[BATCH];
    struct samples samples = {0};
    double begin = seconds();
    float loss = NAN;
    fill_random(w.wte, vocab_size * D_MODEL, 0.1, &state);
    fill_random(w.lm_head, vocab_size * D_MODEL, 0.1, &state);
    while (samples.sum <= 0.0 || seconds() - begin < 0.01) {
        draw_batch(inputs, vocab_size, &state);
        draw_batch(targets, vocab_size, &state);
        double start = seconds();
        loss = step(&w, inputs, targets, 0.1f);
        add_sample(&samples, seconds() - start);
    }
    close_workshop(&w);
    return isnan(loss) ? NAN : best_of(&samples);
}

static double largest_difference(const float *a, const float *b, size_t n)
{
    double largest = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double apart = fabs((double)a[k] - b[k]);
        if (apart > largest)
            largest = apart;
    }
    return largest;
}

// how far apart train_step and fast_step leave the two tables; NAN if one is not written
static double compare_steps(const struct corpus *corpus, uint64_t seed)
{
    const size_t n = corpus->vocab_size * D_MODEL;
    struct model m = open_model(corpus->vocab_size, seed);
    struct workshop w = open_workshop(BATCH, corpus->vocab_size, D_MODEL);
    memcpy(w.wte, m.wte, n * sizeof *w.wte);
    memcpy(w.lm_head, m.lm_head, n * sizeof *w.lm_head);
    double plain = (double)step(&w, corpus->ids, corpus->ids + 1, 1.0f);
    double fast = fast_step(&m, corpus->ids, corpus->ids + 1, 1.0f);
    double apart = fmax(largest_difference(m.wte, w.wte, n),
                        largest_difference(m.lm_head, w.lm_head, n));
    close_model(&m);
    close_workshop(&w);
    return isnan(plain) || missing_update() ? NAN : fmax(apart, fabs(plain - fast));
}

/*
### Why the learning rate begins at 3 {#trainer-rate}

Each line is one run, `build/03_trainer rate=0.5` and so on, with all else as it is:

| `rate=` | held-out loss in the end, nats a word |
|--:|--:|
| 0.5 | 4.79 |
| 1 | 4.64 |
| 2 | 4.56 |
| 3 | 4.55 |
| 4 | 4.55 |
| 6 | 4.57 |
| 8 | 4.58 |
| 12 | 4.60 |

A wide flat valley, higher on both sides.

The counts get the same favour: with any `DISCOUNT` in the file from 0.65 to 0.8 they pay 4.65 on
the held-out text, with 0.5 and with 0.95 4.68.

### A run of training

What it keeps, what it prints, the order of its batches. Ctrl-C sends the program a signal, and a
handler may do hardly anything safely except set a flag; the loop looks at it after each step. Then
the program goes on with what has been learned so far. A run that was stopped, or that has read a
text of your own, writes both tables to new files in `build/`. `fopen` with `"wx"` is C11's way to
say: only if there is no such file yet. So nothing of yours is overwritten. But `make clean` empties
`build/`: move what you want to keep.
*/

struct training {
    const uint32_t *inputs, *targets; // the pairs that are read, in batches of neighbours
    size_t n_batches, n_steps, step;  // batches in the text; steps in all, and so far
    uint32_t *order;                  // [n_batches]
    size_t *seen;                     // [vocab_size] steps that moved a row of wte
    uint64_t random;
    float rate;          // at the first step
    double begin, shown; // when it began, when the live line was last written
    double sum;          // of the losses since the last milestone
    size_t n_summed;
    double held_out; // the loss at the last milestone
    bool live;
    FILE *figure;
};

// Ctrl-C. A handler may touch nothing but such a flag, which is why this one variable is
// not local to any function.
static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int signal_number)
{
    stop_asked = 1;
    signal(signal_number, SIG_DFL); // a second Ctrl-C ends the program at once
}

// totals[x], for each x among n inputs: what log_of_total gives for it. It follows from x
// alone, so a word that stands there often is looked at once
static void find_totals(double *totals, struct model *m, const uint32_t *inputs, size_t n)
{
    bool *seen = allocate(m->vocab_size, sizeof *seen);
    uint32_t batch[BATCH];
    size_t n_new = 0;
    for (size_t p = 0; p < n; p++) {
        if (!seen[inputs[p]])
            batch[n_new++] = inputs[p];
        seen[inputs[p]] = true;
        if (n_new < BATCH && p + 1 < n)
            continue;
        for (size_t t = n_new; t < BATCH; t++) // a short last batch is filled up
            batch[t] = inputs[p];
        forward(m, batch);
        for (size_t t = 0; t < BATCH; t++)
            totals[batch[t]] = log_of_total(m, t);
        n_new = 0;
    }
    free(seen);
}

// the mean loss of n pairs; all[p], if wanted: that of the p-th
static double mean_loss(double *all, struct model *m, const uint32_t *inputs,
                        const uint32_t *targets, size_t n)
{
    double *totals = allocate(m->vocab_size, sizeof *totals), sum = 0.0;
    find_totals(totals, m, inputs, n);
    for (size_t p = 0; p < n; p++) {
        const double loss = totals[inputs[p]] - logit_of(m, inputs[p], targets[p]);
        sum += loss;
        if (all)
            all[p] = loss;
    }
    free(totals);
    return sum / (double)n;
}

static double held_out_loss(double *all, struct model *m, const struct corpus *corpus)
{
    const uint32_t *held = corpus->ids + corpus->n_train;
    return mean_loss(all, m, held, held + 1, corpus->n_ids - 1 - corpus->n_train);
}

// n_pairs pairs of words below vocab_size
static struct training open_training(const uint32_t *inputs, const uint32_t *targets,
                                     size_t n_pairs, size_t vocab_size, uint64_t seed,
                                     float rate, double passes)
{
    struct training run = {.inputs = inputs,
                           .targets = targets,
                           .n_batches = n_pairs / BATCH,
                           .random = seed,
                           .rate = rate};
    run.n_steps = (size_t)ceil(passes * (double)run.n_batches);
    run.order = allocate(run.n_batches, sizeof *run.order);
    run.seen = allocate(vocab_size, sizeof *run.seen);
    run.live = getenv("LIVE") && strcmp(getenv("LIVE"), "1") == 0;
    for (size_t b = 0; b < run.n_batches; b++)
        run.order[b] = (uint32_t)b;
    return run;
}

static void close_training(struct training *run)
{
    if (run->figure)
        fclose(run->figure);
    free(run->order);
    free(run->seen);
}

// each pass takes the batches in a new order
static void shuffle(struct training *run)
{
    for (size_t b = run->n_batches; b > 1; b--) {
        size_t other = random_below(&run->random, b);
        uint32_t moved = run->order[b - 1];
        run->order[b - 1] = run->order[other];
        run->order[other] = moved;
    }
}

// one step on the next batch; the learning rate goes down to 0 in a straight line
static void train_once(struct training *run, struct model *m)
{
    size_t place = run->step % run->n_batches;
    float rate = run->rate * (1.0f - (float)run->step / (float)run->n_steps);
    if (place == 0)
        shuffle(run);
    const size_t first = run->order[place] * (size_t)BATCH;
    run->sum += fast_step(m, run->inputs + first, run->targets + first, rate);
    run->n_summed++;
    run->step++;
    for (size_t k = 0; k < m->n_rows; k++)
        run->seen[m->rows[k]]++;
}

static void show_live(struct training *run, double floor)
{
    double now = seconds(), speed = (double)run->step / (now - run->begin);
    if (!run->live || now - run->shown < 0.2)
        return;
    fprintf(stderr,
            "\rstep %zu of %zu  loss %.3f (floor %.2f)  %.0f words/s  %.0f s left  ",
            run->step, run->n_steps, run->sum / (double)run->n_summed, floor,
            BATCH * speed, (double)(run->n_steps - run->step) / speed);
    run->shown = now;
}

// a point of the curve; a line of print where `print` says so
static void pass_milestone(struct training *run, struct model *m,
                           const struct corpus *corpus,
                           const struct yardsticks *yardsticks, bool print)
{
    double passes = (double)run->step / (double)run->n_batches;
    double train = run->sum / (double)run->n_summed;
    double held_out = run->held_out = held_out_loss(NULL, m, corpus);
    if (print) {
        char cell[32];
        double asked =
            mean_loss(NULL, m, corpus->ids, corpus->ids + 1, corpus->n_train - 1);
        if (run->live)
            fprintf(stderr, "\r%78s\r", "");
        printf("%6s %7.2f %8.2f %7.2f %8.2f\n", with_commas(cell, run->step), passes,
               train, asked, held_out);
        fflush(stdout);
    }
    if (run->figure) {
        fprintf(run->figure, "%.4f\t", passes);
        if (run->n_summed < run->step) // the first mean is out of the picture
            fprintf(run->figure, "%.4f", train);
        fprintf(run->figure, "\t%.4f\t%.4f\n", held_out, yardsticks->counts);
    }
    run->sum = 0.0;
    run->n_summed = 0;
}

// what a newborn model pays, and the table's head
static void begin_training(struct training *run, struct model *m,
                           const struct corpus *corpus)
{
    char cell[32];
    printf("a pass: %s words; newborn: %.2f\n", with_commas(cell, run->n_batches * BATCH),
           held_out_loss(NULL, m, corpus));
    printf(" steps  passes training   asked held out\n");
    run->figure = open_figure("trainer-loss");
    if (run->figure)
        fprintf(run->figure, "# kind: lines\n# title: Learning to guess the next word\n"
                             "# x: passes over the text\n# y: loss (nats a word)\n"
                             "x\ttraining\theld out\tsmoothed counts\n");
    run->begin = run->shown = seconds();
}

enum { MILESTONES = 8 };

static void train(struct training *run, struct model *m, const struct corpus *corpus,
                  const struct yardsticks *yardsticks)
{
    begin_training(run, m, corpus);
    stop_asked = 0;
    signal(SIGINT, ask_to_stop);
    for (size_t milestone = 1; milestone <= MILESTONES && !stop_asked; milestone++) {
        while (run->step * MILESTONES < run->n_steps * milestone && !stop_asked) {
            train_once(run, m);
            show_live(run, yardsticks->floor);
        }
        if (run->n_summed > 0)
            pass_milestone(run, m, corpus, yardsticks,
                           stop_asked || milestone == 2 || milestone == MILESTONES);
    }
    if (stop_asked)
        printf("stopped by Ctrl-C after %zu of %zu steps; what was learned stays\n",
               run->step, run->n_steps);
    signal(SIGINT, SIG_DFL);
    if (isnan(run->held_out))
        printf("the loss is no number any more: rate= is too large\n");
}

// "wx" makes a new file, or fails if there is one already
static FILE *open_new(char *path, size_t room, const char *folder, unsigned number,
                      const char *which)
{
    int length = snprintf(path, room, "%strainer-%u-%s.txt", folder, number, which);
    return length > 0 && (size_t)length < room ? fopen(path, "wx") : NULL;
}

static bool write_table(FILE *file, const float *table, const struct corpus *corpus)
{
    fprintf(file, "%zu %d\n", corpus->vocab_size, D_MODEL);
    for (size_t v = 0; v < corpus->vocab_size; v++) {
        fwrite(corpus->words[v].start, 1, corpus->words[v].length, file);
        for (size_t i = 0; i < D_MODEL; i++)
            fprintf(file, " %.9g", (double)table[v * D_MODEL + i]);
        fputc('\n', file);
    }
    bool good = !ferror(file);
    return fclose(file) == 0 && good;
}

// the two tables, in the first two new files of build/ or else of this folder
static void save_tables(const struct model *m, const struct corpus *corpus)
{
    static const char *const folders[] = {"build/", ""};
    char input_path[64], output_path[64];
    for (size_t f = 0; f < 2; f++)
        for (unsigned number = 1; number < 1000; number++) {
            FILE *input =
                open_new(input_path, sizeof input_path, folders[f], number, "input");
            FILE *output = input ? open_new(output_path, sizeof output_path, folders[f],
                                            number, "output")
                                 : NULL;
            if (input && !output)
                fclose(input);
            if (!output)
                continue;
            bool good = write_table(input, m->wte, corpus);
            good = write_table(output, m->lm_head, corpus) && good;
            printf("%s %s and %s\n", good ? "the tables are in" : "there was no room for",
                   input_path, output_path);
            return;
        }
    printf("the tables could not be written: no new file can be made here\n");
}

/*
### Is the place of a rare row to be trusted? {#trainer-rare}

We trained three times, with the seeds 7, 8 and 9, and asked each word for its nearest one among
those that occur 20 times or more. For how many words in a hundred do two runs name the same? The
ranges are those of the three pairs of runs.

| the word occurs | input table | output table |
|:--|--:|--:|
| twice | 24 to 27 | 48 to 55 |
| 20 to 49 times | 42 to 45 | 48 to 54 |
| 200 times or more | 64 to 67 | 67 to 74 |

Nine runs had the noise and the order of the batches of the seeds 7, 8 and 9 in all combinations.
With the same noise and another order, two of them name the same nearest input row for 41 to 46 in
a hundred of the words that occur twice, and for 66 to 73 of those that occur 200 times or more;
with the same order and other noise for 28 to 39 and 61 to 73.

To count for yourself, run the program with `TEXT=chapters/data/austen/emma.txt`: then it saves
its tables.

With the seeds 2, 3, 4, 8 and 9, and with `passes=` 1, 8 and 16, the four numbers of the tables
under *Company in common* stay as they are within 0.02, and "he", "cried" and "randalls" come first
wherever they do here. Not all words are so steady. Ask for `words=two`: in the input table it has
found "three", but with one of those seeds "four", and after 1, 8 or 16 passes "few" or "four".

How far an input row gets goes, for the 122 words with 200 occurrences or more, with how far the
shares of the word's followers are from those of all words (their Kullback-Leibler divergence):
correlation 0.75; with the logarithm of its count, $-0.13$.

### The small world
*/

enum { N_TOY = 13, TOY_PAIRS = 32, TOY_D = 8, TOY_STEPS = 3000, TOY_SEEDS = 8 };
enum { CAT, DOG, KITE, STONE, RED, BLUE, ONE, TWO, RUNS, JUMPS, FALLS, SINKS, GHOST };

static const char *const toy_words[N_TOY] = {"cat",   "dog",   "kite", "stone", "red",
                                             "blue",  "one",   "two",  "runs",  "jumps",
                                             "falls", "sinks", "ghost"};

struct toy {
    uint32_t inputs[TOY_PAIRS], targets[TOY_PAIRS];
    size_t n_pairs;
};

static void add_pairs(struct toy *toy, const uint32_t *first, size_t n_first,
                      const uint32_t *second, size_t n_second)
{
    for (size_t a = 0; a < n_first; a++)
        for (size_t b = 0; b < n_second; b++) {
            toy->inputs[toy->n_pairs] = first[a];
            toy->targets[toy->n_pairs++] = second[b];
        }
}

// colour or number, noun, verb, and again; each noun has its own two before and two after
static struct toy make_toy(void)
{
    static const uint32_t colours[] = {RED, BLUE}, numbers[] = {ONE, TWO};
    static const uint32_t moves[] = {RUNS, JUMPS}, drops[] = {FALLS, SINKS};
    static const uint32_t verbs[] = {RUNS, JUMPS, FALLS, SINKS};
    static const uint32_t starts[] = {RED, BLUE, ONE, TWO};
    struct toy toy = {.n_pairs = 0};
    for (uint32_t noun = CAT; noun <= STONE; noun++) {
        add_pairs(&toy, noun == CAT || noun == KITE ? colours : numbers, 2, &noun, 1);
        add_pairs(&toy, &noun, 1, noun == CAT || noun == DOG ? moves : drops, 2);
    }
    add_pairs(&toy, verbs, 4, starts, 4);
    return toy;
}

static double toy_cosine(const float *table, size_t a, size_t b)
{
    return cosine(table + a * TOY_D, table + b * TOY_D, TOY_D);
}

// the number of a word of the small world, or N_TOY
static size_t toy_word(const char *name, size_t length)
{
    size_t v = 0;
    while (v < N_TOY &&
           (strlen(toy_words[v]) != length || memcmp(toy_words[v], name, length) != 0))
        v++;
    return v;
}

struct range {
    double least, most;
};

static void widen(struct range *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

struct toy_result {
    struct range in_followers, in_predecessors, out_followers, out_predecessors, loss;
    double ghost_in;  // how far the input row of "ghost" moved, at most
    double ghost_out; // and its output row, at least
};

static void look_at_toy(struct toy_result *result, const struct workshop *w, double loss,
                        const float *wte_ghost, const float *head_ghost)
{
    double in_followers = toy_cosine(w->wte, CAT, DOG);
    double in_predecessors = toy_cosine(w->wte, CAT, KITE);
    double out_followers = toy_cosine(w->lm_head, CAT, DOG);
    double out_predecessors = toy_cosine(w->lm_head, CAT, KITE);
    widen(&result->loss, loss);
    widen(&result->in_followers, in_followers);
    widen(&result->in_predecessors, in_predecessors);
    widen(&result->out_followers, out_followers);
    widen(&result->out_predecessors, out_predecessors);
    result->ghost_in =
        fmax(result->ghost_in, distance(w->wte + GHOST * TOY_D, wte_ghost, TOY_D));
    result->ghost_out =
        fmin(result->ghost_out, distance(w->lm_head + GHOST * TOY_D, head_ghost, TOY_D));
}

static void plot_toy(const char *name, const char *title, const float *table)
{
    FILE *figure = open_figure(name);
    if (!figure)
        return;
    fprintf(figure, "# kind: heat\n# title: %s\n# x: word\n# y: word\n# diverging: yes\n",
            title);
    for (size_t b = CAT; b <= STONE; b++)
        fprintf(figure, "\t%s", toy_words[b]);
    for (size_t a = CAT; a <= STONE; a++) {
        fprintf(figure, "\n%s", toy_words[a]);
        for (size_t b = CAT; b <= STONE; b++)
            fprintf(figure, "\t%.3f", toy_cosine(table, a, b));
    }
    fprintf(figure, "\n");
    fclose(figure);
}

// gives how many steps had a loss
static size_t train_toy(struct toy_result *result, uint64_t seed)
{
    const struct toy toy = make_toy();
    struct workshop w = open_workshop(toy.n_pairs, N_TOY, TOY_D);
    float wte_ghost[TOY_D], head_ghost[TOY_D], loss = 0.0f;
    fill_random(w.wte, N_TOY * TOY_D, 0.2, &seed);
    fill_random(w.lm_head, N_TOY * TOY_D, 0.2, &seed);
    memcpy(wte_ghost, w.wte + GHOST * TOY_D, sizeof wte_ghost);
    memcpy(head_ghost, w.lm_head + GHOST * TOY_D, sizeof head_ghost);
    size_t s = 0;
    while (s < TOY_STEPS && !isnan(loss = step(&w, toy.inputs, toy.targets, 1.0f)))
        s++;
    look_at_toy(result, &w, (double)loss, wte_ghost, head_ghost);
    plot_toy("trainer-toy-input", "Input table: cosines of the four nouns", w.wte);
    plot_toy("trainer-toy-output", "Output table: cosines of the four nouns", w.lm_head);
    close_workshop(&w);
    return s;
}

/*
### The rows of forty batches {#trainer-forty}

![The rows of the input table that the first 40 batches move, one column of points for
a batch. Look at the bottom: the comma is in 34 of the columns. At the top two words in three
will wait for more than a thousand batches.](figure:trainer-rows){#fig-trainer-rows}

### Data for the pictures
*/

enum { MAP_BATCHES = 40 };

// the rows that the first batches of the text touch, a point for each
static void plot_touched_rows(const struct corpus *corpus)
{
    FILE *figure = open_figure("trainer-rows");
    if (!figure)
        return;
    fprintf(figure,
            "# kind: scatter\n# title: Rows of the input table that a batch moves\n"
            "# x: batch\n# y: row of the table, counted from 1\n# yscale: log\n"
            "x\ty\tlabel\tgroup\n");
    for (size_t p = 0; p < MAP_BATCHES * BATCH && p < corpus->n_train; p++)
        fprintf(figure, "%zu\t%" PRIu32 "\t\t\n", p / BATCH + 1, corpus->ids[p] + 1);
    fclose(figure);
}

static void plot_votes(const struct model *m, const struct model *newborn,
                       const struct corpus *corpus)
{
    FILE *figure = open_figure("trainer-votes");
    if (!figure)
        return;
    fprintf(figure, "# kind: scatter\n# title: How far training moved a row\n"
                    "# x: occurrences in the text\n# y: distance from the first value\n"
                    "# xscale: log\nx\ty\tlabel\tgroup\n");
    for (size_t v = 1; v < corpus->vocab_size; v += 1 + v / 25) {
        const size_t at = v * D_MODEL;
        fprintf(figure, "%zu\t%.4f\t\tinput table\n%zu\t%.4f\t\toutput table\n",
                corpus->words[v].count, distance(m->wte + at, newborn->wte + at, D_MODEL),
                corpus->words[v].count,
                distance(m->lm_head + at, newborn->lm_head + at, D_MODEL));
    }
    fclose(figure);
}

/*
### What is printed

The outputs of the chapter, in their order.
*/

enum { LONGEST_LINE = 38 }; // and " ..."

// words, each drawn by the one before it, until the sentence ends or the line is full
static void write_sentence(const struct corpus *corpus,
                           uint32_t (*next)(const void *, uint32_t, uint64_t *),
                           const void *from, uint32_t first, uint64_t *state)
{
    const struct word *word;
    int column = 0;
    uint32_t id = first;
    do {
        id = next(from, id, state);
        word = &corpus->words[id];
        if (column + 1 + short_length(word) > LONGEST_LINE) {
            printf(" ...");
            break;
        }
        column += printf("%s%.*s", column ? " " : "", short_length(word), word->start);
    } while (!(word->length == 1 && memchr(".!?", word->start[0], 3)));
    printf("\n");
}

// a word drawn from the probabilities that two tables give after `id`; never the unknown one
static uint32_t draw_next(const void *from, uint32_t id, uint64_t *state)
{
    const struct workshop *w = from;
    const uint32_t unknown = 0;
    double left = 0.0;
    uint32_t v = 1;
    for (size_t u = 0; u < w->vocab_size; u++)
        w->logits[u] =
            (float)dot(w->lm_head + u * w->d_model, w->wte + id * w->d_model, w->d_model);
    softmax_cross_entropy(w->logits, w->logits, &unknown, 1, w->vocab_size);
    for (size_t u = 1; u < w->vocab_size; u++)
        left += (double)w->logits[u];
    left *= random_unit(state);
    while (v + 1 < w->vocab_size && left >= (double)w->logits[v])
        left -= (double)w->logits[v++];
    return v;
}

static void show_corpus(const struct corpus *corpus, const char *own_text, uint64_t seed)
{
    char a[32], b[32], c[32];
    heading("A novel becomes ids");
    if (own_text)
        printf("%s\n", own_text);
    printf("%s words, %s different, %s ids\n", with_commas(a, corpus->n_ids),
           with_commas(b, corpus->n_different), with_commas(c, corpus->vocab_size));
    printf("held out %s; id 0: %.1f %% of the text\n",
           with_commas(a, corpus->n_ids - corpus->n_train),
           100.0 * (double)corpus->words[0].count / (double)corpus->n_train);
    write_sentence(corpus, copy_follower, corpus, find_word(corpus, ".", 1), &seed);
}

static void show_softmax(void)
{
    const float logits[] = {2.0f, 1.0f, 0.1f}, large[] = {1000.0f, 1001.0f, 1002.0f};
    const uint32_t next = 0;
    float d[3], slopes[3];
    heading("Softmax");
    float loss = softmax_cross_entropy(d, logits, &next, 1, 3);
    if (isnan(loss)) {
        waits_for("3.1", "softmax_cross_entropy");
        return;
    }
    slopes_by_nudging(slopes, logits, next, 3);
    printf("logits %7.1f %6.1f %6.1f: loss %.4f\n", (double)logits[0], (double)logits[1],
           (double)logits[2], (double)loss);
    printf("dlogits %6.3f %6.3f %6.3f\n", (double)d[0], (double)d[1], (double)d[2]);
    printf("nudged %7.3f %6.3f %6.3f\n", (double)slopes[0], (double)slopes[1],
           (double)slopes[2]);
    printf("1000, 1001, 1002: loss %.4f; e^1000: %f\n",
           (double)softmax_cross_entropy(d, large, &next, 1, 3), (double)expf(large[0]));
}

enum { MAP_CELL = 100 };

// one figure for each MAP_CELL rows: how many of them hold a gradient; gives their number
static size_t print_map(const float *dwte, size_t vocab_size)
{
    size_t n_touched = 0;
    for (size_t first = 0; first < vocab_size; first += MAP_CELL) {
        size_t here = 0;
        for (size_t v = first; v < first + MAP_CELL && v < vocab_size; v++)
            here += dwte[v] != 0.0f;
        printf("%c", here == 0 ? '.' : here < 10 ? (char)('0' + here) : '#');
        n_touched += here;
    }
    printf("\n");
    return n_touched;
}

static void show_touched_rows(const struct corpus *corpus)
{
    const uint32_t *batch = corpus->ids;
    float ones[BATCH], *dwte = allocate(corpus->vocab_size, sizeof *dwte);
    size_t fullest = 0;
    char cell[32];
    heading("Which rows a batch touches");
    for (size_t t = 0; t < BATCH; t++)
        ones[t] = 1.0f;
    if (embedding_backward(dwte, ones, batch, BATCH, corpus->vocab_size, 1)) {
        size_t n_touched = print_map(dwte, corpus->vocab_size);
        for (size_t v = 1; v < corpus->vocab_size; v++)
            fullest = dwte[v] > dwte[fullest] ? v : fullest;
        printf("%zu of %s rows; most votes: \"%.*s\", %.0f\n", n_touched,
               with_commas(cell, corpus->vocab_size),
               short_length(&corpus->words[fullest]), corpus->words[fullest].start,
               (double)dwte[fullest]);
    } else
        waits_for("3.2", "embedding_backward");
    plot_touched_rows(corpus);
    free(dwte);
}

static void show_updates(const struct corpus *corpus)
{
    const size_t vocab_sizes[] = {1000, 10000, 50257};
    const char *missing = missing_update();
    char a[32], times[3][32];
    heading("Dense and sparse");
    if (missing) {
        wait_for_update(missing);
        return;
    }
    printf("%zu of %s numbers differ in a bit\n", count_different_bits(corpus),
           with_commas(a, corpus->vocab_size * D_MODEL));
    FILE *figure = open_figure("trainer-updates");
    if (figure)
        fprintf(figure,
                "# kind: lines\n# title: One update with the gradient of 1,024 words\n"
                "# x: rows in the table\n# y: time (microseconds)\n# xscale: log\n"
                "# yscale: log\n# measured: yes\nx\tdense\tsparse\n");
    printf("rows in the table");
    for (size_t n = 0; n < 3; n++) {
        printf(" %7s", with_commas(a, vocab_sizes[n]));
        snprintf(times[n], sizeof times[n], "~%.2f",
                 race_updates(vocab_sizes[n], figure));
    }
    printf("\ntime sparse/dense %7s %7s %7s\n", times[0], times[1], times[2]);
    if (figure)
        fclose(figure);
}

static void print_moved_rows(const char *name, const float *now, const float *before,
                             size_t vocab_size, size_t d_model)
{
    printf("%s", name);
    for (size_t v = 0; v < vocab_size; v++)
        if (memcmp(now + v * d_model, before + v * d_model, d_model * sizeof *now) != 0)
            printf(" %zu", v);
}

static void show_step(void)
{
    const uint32_t inputs[] = {0, 2, 2, 1}, targets[] = {1, 3, 0, 2};
    struct workshop w = open_workshop(4, 4, 2);
    float wte[8], lm_head[8];
    heading("One step");
    for (size_t k = 0; k < 8; k++) {
        wte[k] = w.wte[k] = 0.1f * (float)(k / 2 + 1) - 0.3f * (float)(k % 2);
        lm_head[k] = w.lm_head[k] = 0.2f * (float)(k / 2) - 0.1f * (float)(k % 2 + 1);
    }
    float loss = step(&w, inputs, targets, 0.5f);
    if (isnan(loss))
        waits_for("3.5", "train_step");
    else {
        print_moved_rows("moved: input", w.wte, wte, 4, 2);
        print_moved_rows("; output", w.lm_head, lm_head, 4, 2);
        printf("\nloss %.5f, then %.5f\n", (double)loss,
               (double)step(&w, inputs, targets, 0.0f));
    }
    close_workshop(&w);
}

// a step that was written, and is wrong
static void lost(size_t n_steps)
{
    printf("the loss is no number any more after %zu steps (make check3)\n", n_steps);
}

enum { OWN_STEPS = 2000 }; // or fewer: a short text is read once

static void show_own_training(const struct corpus *corpus, uint64_t seed)
{
    const size_t once = corpus->n_train / BATCH;
    const size_t wanted = once < OWN_STEPS ? once : OWN_STEPS;
    const size_t v = corpus->vocab_size < OWN_VOCAB ? corpus->vocab_size : OWN_VOCAB;
    struct workshop w = open_workshop(BATCH, v, OWN_D);
    double first, last;
    fill_random(w.wte, v * OWN_D, 0.1, &seed);
    fill_random(w.lm_head, v * OWN_D, 0.1, &seed);
    const size_t n_steps = train_own(&first, &last, &w, wanted, corpus, &seed);
    if (n_steps > 0 && n_steps < wanted)
        lost(n_steps);
    if (n_steps == wanted) {
        printf("%zu words: %.2f, then %.2f; shares %.2f\n", v, first, last,
               unigram_entropy(corpus, v));
        write_sentence(corpus, draw_next, &w, find_word(corpus, ".", 1) % (uint32_t)v,
                       &seed);
    }
    close_workshop(&w);
}

// how far the rows of a table have moved: the row `apart`, and the range of all others
static void print_moves(const char *which, const float *now, const float *before,
                        size_t apart)
{
    struct range others = {INFINITY, -INFINITY};
    for (size_t v = 0; v < N_TOY; v++)
        if (v != apart)
            widen(&others, distance(now + v * TOY_D, before + v * TOY_D, TOY_D));
    printf("%s %s %.3f, others ", which, toy_words[apart],
           distance(now + apart * TOY_D, before + apart * TOY_D, TOY_D));
    if (others.most > 0.0)
        printf("%.3f to %.3f\n", others.least, others.most);
    else
        printf("0\n");
}

// a pair of words of the small world, and how many steps new tables take on it alone
struct pair {
    size_t read, came, n_steps;
    uint64_t seed;
};

static void show_pair(struct pair pair)
{
    uint64_t seed = pair.seed;
    struct workshop w = open_workshop(1, N_TOY, TOY_D);
    float wte[N_TOY * TOY_D], lm_head[N_TOY * TOY_D];
    const uint32_t input = (uint32_t)pair.read, target = (uint32_t)pair.came;
    fill_random(w.wte, N_TOY * TOY_D, 0.2, &seed);
    fill_random(w.lm_head, N_TOY * TOY_D, 0.2, &seed);
    memcpy(wte, w.wte, sizeof wte);
    memcpy(lm_head, w.lm_head, sizeof lm_head);
    const double first = (double)step(&w, &input, &target, 1.0f);
    for (size_t s = 1; s < pair.n_steps; s++)
        step(&w, &input, &target, 1.0f);
    const double last = (double)step(&w, &input, &target, 0.0f);
    printf("\"%s\" after \"%s\": %.1f %%, then %.1f %%\n", toy_words[pair.came],
           toy_words[pair.read], 100.0 * exp(-first), 100.0 * exp(-last));
    print_moves("input:", w.wte, wte, pair.read);
    print_moves("output:", w.lm_head, lm_head, pair.came);
    close_workshop(&w);
}

// to two digits, outwards, so that no seed lies beyond
static void print_range(const struct range *r)
{
    printf(" %5.2f to %5.2f", floor(100.0 * r->least) / 100.0,
           ceil(100.0 * r->most) / 100.0);
}

static void show_toy(struct pair pair)
{
    const struct range empty = {INFINITY, -INFINITY};
    struct toy_result r = {empty, empty, empty, empty, empty, 0.0, INFINITY};
    heading("Followers or predecessors?");
    for (uint64_t seed = 1; seed <= TOY_SEEDS; seed++) {
        const size_t n_steps = train_toy(&r, seed);
        if (n_steps == 0)
            waits_for("3.5", "train_step");
        else if (n_steps < TOY_STEPS)
            lost(n_steps);
        if (n_steps < TOY_STEPS)
            return;
    }
    printf("%d seeds         input table   output table\n", TOY_SEEDS);
    printf("cat, dog    ");
    print_range(&r.in_followers);
    print_range(&r.out_followers);
    printf("\ncat, kite   ");
    print_range(&r.in_predecessors);
    print_range(&r.out_predecessors);
    printf("\n\"ghost\" moved %13g %6.2f or more\nloss at most %.3f\n", r.ghost_in,
           floor(100.0 * r.ghost_out) / 100.0, ceil(1000.0 * r.loss.most) / 1000.0);
    heading("One step in this world");
    show_pair(pair);
}

// true if the novel may be trained on: the two steps agree
static bool show_speed(const struct corpus *corpus, uint64_t seed)
{
    const double work = work_of_step(corpus->vocab_size), peak = measure_peak();
    const char *missing = missing_update();
    char cells[2][32];
    heading("Training");
    double plain = time_train_step(corpus->vocab_size);
    double fast = time_fast_step(corpus->vocab_size, 0.01);
    snprintf(cells[0], sizeof cells[0], "~%.1f", 100.0 * work / plain / peak);
    snprintf(cells[1], sizeof cells[1], "~%.0f", 100.0 * work / fast / peak);
    if (isnan(plain) || missing) {
        printf("of the peak: fast_step %s %%\n", cells[1]);
        if (missing)
            wait_for_update(missing);
        else
            waits_for("3.5", "train_step");
        return false;
    }
    double apart = compare_steps(corpus, seed);
    const bool same = apart < 1e-6;
    printf("%s tables; peak: yours %s%%, fast %s%%\n", same ? "same" : "different",
           cells[0], cells[1]);
    return same;
}

static void show_yardsticks(const struct yardsticks *yardsticks)
{
    char cell[32];
    heading("Four yardsticks");
    printf("nothing known %.2f\nown text: shares %.2f, %s pairs %.2f\n",
           yardsticks->uniform, yardsticks->unigram,
           with_commas(cell, yardsticks->n_different), yardsticks->floor);
    printf("held out: shares %.2f, pairs smoothed %.2f\n", yardsticks->shares,
           yardsticks->counts);
}

/*
### Near words and strangers {#trainer-strangers}

Near are the ten words with the nearest input rows, among those that occur 20 times or more. To
each belongs a stranger: the next rarer word that is not among the hundred nearest, nor another's
stranger. A new pair stands in the line *near only* if its second word had come after a near word
and no stranger, in the line *strangers* if it is the other way round, else under *other new*.

It is not that some second words are rarer: sorted by what their bare share pays, nat by nat from 4
to 11, those of *near only* lead by 0.95 to 1.59, those of *strangers* by $-0.11$ to 0.35. In other
runs:

| setting | near only | strangers |
|:--|--:|--:|
| `seed=` 2, 3, 4, 8, 9 | 1.31 to 1.38 | $-0.24$ to $-0.03$ |
| `passes=1` | 1.21 | 0.39 |
| `passes=8` | 0.98 | $-0.68$ |
| `passes=16` | 0.24 | $-1.50$ |

The first stays the larger.
*/

enum { LEAST_COUNT = 20, MOST_NEAREST = 100 };

// rows of length 1, so that a cosine is a dot product; a row of zeros stays
static float *unit_rows(const float *table, size_t n_rows)
{
    float *unit = allocate(n_rows * D_MODEL, sizeof *unit);
    for (size_t v = 0; v < n_rows; v++) {
        double square = 0.0;
        for (size_t i = 0; i < D_MODEL; i++)
            square += (double)table[v * D_MODEL + i] * table[v * D_MODEL + i];
        for (size_t i = 0; i < D_MODEL && square > 0.0; i++)
            unit[v * D_MODEL + i] =
                (float)((double)table[v * D_MODEL + i] / sqrt(square));
    }
    return unit;
}

// nearest[0 ... n - 1]: the words with the largest cosine to v, among those seen often
static void find_nearest(size_t *nearest, size_t n, const float *unit, size_t v,
                         const struct corpus *corpus)
{
    double best[MOST_NEAREST];
    for (size_t k = 0; k < n; k++) {
        best[k] = -2.0;
        nearest[k] = v;
    }
    for (size_t w = 1; w < corpus->vocab_size && corpus->words[w].count >= LEAST_COUNT;
         w++) {
        double cos = dot(unit + v * D_MODEL, unit + w * D_MODEL, D_MODEL);
        if (w == v || cos <= best[n - 1])
            continue;
        for (size_t k = 0, in = w; k < n; k++)
            if (cos > best[k]) { // takes place k; what stood there moves on
                double moved = best[k];
                size_t mover = nearest[k];
                best[k] = cos;
                nearest[k] = in;
                cos = moved;
                in = mover;
            }
    }
}

enum { NEAR = 1, STRANGER = 2, TAKEN = 4, N_NEAR = 10 };

// mark[u]: NEAR for the words nearest to v. For each of them, STRANGER for the next rarer word
// that is not among the MOST_NEAREST nearest, nor another's stranger
static void mark_company(unsigned char *mark, const float *unit, size_t v,
                         const struct corpus *corpus)
{
    size_t nearest[MOST_NEAREST];
    find_nearest(nearest, MOST_NEAREST, unit, v, corpus);
    memset(mark, 0, corpus->vocab_size);
    for (size_t k = 0; k < MOST_NEAREST; k++)
        mark[nearest[k]] = k < N_NEAR ? TAKEN | NEAR : TAKEN;
    mark[v] = TAKEN;
    for (size_t k = 0; k < N_NEAR; k++) {
        size_t u = nearest[k];
        while (u < corpus->vocab_size && mark[u])
            u++;
        if (u < corpus->vocab_size)
            mark[u] = TAKEN | STRANGER;
    }
}

// pairs that were not trained on: what each of three pays for them, in all
struct part {
    double n, shares, model, counts;
};

static void add_pair(struct part *part, const double *model,
                     const struct counted *counted, size_t p)
{
    part->n += 1.0;
    part->shares += counted->shares[p];
    part->model += model[p];
    part->counts += counted->loss[p];
}

// of all pairs that are new; of those whose second word had come after near words only, after
// strangers only, after both or neither; of the pairs that are known
struct parts {
    struct part fresh, near, stranger, other, known;
};

// after whom w comes in the training text: NEAR, STRANGER, both or neither
static unsigned char came_after(const unsigned char *mark, const struct pairs *by_second,
                                size_t w)
{
    unsigned char company = 0;
    for (size_t p = by_second->begin[w]; p < by_second->begin[w + 1]; p++)
        company |= mark[by_second->other[p]];
    return company & (NEAR | STRANGER);
}

// company[p]: after whom the second word of the p-th held-out pair had come; 0 if it is not new
static unsigned char *find_company(const struct model *m, const struct corpus *corpus,
                                   const struct counted *counted)
{
    const struct pairs *held_out = &counted->held_out;
    const uint32_t *held = corpus->ids + corpus->n_train;
    unsigned char *company = allocate(held_out->n_pairs, sizeof *company);
    unsigned char *mark = allocate(corpus->vocab_size, sizeof *mark);
    float *unit = unit_rows(m->wte, corpus->vocab_size);
    for (size_t v = 0; v < corpus->vocab_size; v++) {
        bool marked = false;
        for (size_t p = held_out->begin[v]; p < held_out->begin[v + 1]; p++) {
            const size_t place = held_out->other[p];
            if (!counted->is_new[place])
                continue;
            if (!marked)
                mark_company(mark, unit, v, corpus);
            marked = true;
            company[place] = came_after(mark, &counted->by_second, held[place + 1]);
        }
    }
    free(mark);
    free(unit);
    return company;
}

// loss[p]: what the model pays for the p-th held-out pair
static struct parts part_pairs(const double *loss, const struct counted *counted,
                               const unsigned char *company)
{
    struct parts parts = {.fresh = {0.0, 0.0, 0.0, 0.0}};
    for (size_t p = 0; p < counted->held_out.n_pairs; p++) {
        add_pair(counted->is_new[p] ? &parts.fresh : &parts.known, loss, counted, p);
        if (counted->is_new[p])
            add_pair(company[p] == NEAR       ? &parts.near
                     : company[p] == STRANGER ? &parts.stranger
                                              : &parts.other,
                     loss, counted, p);
    }
    return parts;
}

static void print_head(const char *name)
{
    printf("%-10s%6s %6s %5s %6s %5s\n", name, "n", "shares", "model", "counts", "lead");
}

static void print_part(const char *name, const struct part *part)
{
    const double n = fmax(part->n, 1.0);
    char cell[32];
    printf("%-10s%6s %6.2f %5.2f %6.2f %5.2f\n", name,
           with_commas(cell, (uint64_t)part->n), part->shares / n, part->model / n,
           part->counts / n, (part->counts - part->model) / n);
}

static void show_parts(struct model *m, const struct corpus *corpus,
                       const struct counted *counted, const unsigned char *company)
{
    double *loss = allocate(counted->held_out.n_pairs, sizeof *loss);
    held_out_loss(loss, m, corpus);
    const struct parts parts = part_pairs(loss, counted, company);
    print_head("held out");
    print_part("known", &parts.known);
    print_part("new", &parts.fresh);
    print_part("near only", &parts.near);
    print_part("strangers", &parts.stranger);
    print_part("other new", &parts.other);
    free(loss);
}

/*
### Near places left out {#trainer-help}

The model is trained half as many passes, two here, on pairs of the 303 most frequent words alone,
and asked about those new pairs of the line *near only* that these words make. Near words could
tell something about a pair in two ways: one of the twenty nearest to its first word (of which some
seven are among the 303), by the input rows of the large model, came before the second; or after
the first came one of the twenty nearest to the second, by the output rows. About as many *others*
are drawn by lot, with the same second word or with the same first one (or all, where there are
fewer). Shares and counts are of the same places as the model. The lead in other runs of ours:

| setting | nothing left out | near | others |
|:--|--:|--:|--:|
| `seed=` 2, 3, 4, 8, 9 | 1.06 to 1.15 | $-0.01$ to 0.17 | 1.14 to 1.37 |
| `passes=0.25` | 1.70 | 1.76 | 1.66 |
| `passes=1` | 1.37 | 1.02 | 1.38 |
| `passes=8` | 1.03 | $-0.45$ | 1.41 |
| `passes=16` | 0.62 | $-1.31$ | 0.93 |
*/

enum { SMALL_VOCAB = 304, N_TOLD = 20 };

// pairs of frequent words
struct lesson {
    uint32_t *first, *second;
    size_t n;
};

static struct lesson open_lesson(size_t most)
{
    return (struct lesson){allocate(most, sizeof(uint32_t)),
                           allocate(most, sizeof(uint32_t)), 0};
}

static void close_lesson(struct lesson *lesson)
{
    free(lesson->first);
    free(lesson->second);
}

static void add_to_lesson(struct lesson *lesson, uint32_t first, uint32_t second)
{
    lesson->first[lesson->n] = first;
    lesson->second[lesson->n++] = second;
}

// of the n pairs of neighbours in ids those of frequent words, <unk> apart; where `company` is
// given, only those whose second word had come after near words and no stranger
static struct lesson frequent_pairs(const uint32_t *ids, size_t n, size_t n_frequent,
                                    const unsigned char *company)
{
    struct lesson lesson = open_lesson(n);
    for (size_t p = 0; p < n; p++)
        if (ids[p] != 0 && ids[p] < n_frequent && ids[p + 1] != 0 &&
            ids[p + 1] < n_frequent && (!company || company[p] == NEAR))
            add_to_lesson(&lesson, ids[p], ids[p + 1]);
    return lesson;
}

enum { BY_SECOND = 1, BY_FIRST = 2 };

// told[x][y]: BY_SECOND if x is near to the first word of a new pair and y its second word;
// BY_FIRST if x is its first word and y near to the second
static unsigned char *mark_told(const struct lesson *fresh, const struct model *m,
                                const struct corpus *corpus, size_t n_frequent)
{
    unsigned char *told = allocate(n_frequent * n_frequent, sizeof *told);
    float *input = unit_rows(m->wte, corpus->vocab_size);
    float *output = unit_rows(m->lm_head, corpus->vocab_size);
    size_t near[N_TOLD];
    for (size_t p = 0; p < fresh->n; p++) {
        const size_t v = fresh->first[p], w = fresh->second[p];
        find_nearest(near, N_TOLD, output, w, corpus);
        for (size_t k = 0; k < N_TOLD; k++)
            if (near[k] < n_frequent)
                told[v * n_frequent + near[k]] |= BY_FIRST;
        find_nearest(near, N_TOLD, input, v, corpus);
        for (size_t k = 0; k < N_TOLD; k++)
            if (near[k] < n_frequent)
                told[near[k] * n_frequent + w] |= BY_SECOND;
    }
    free(input);
    free(output);
    return told;
}

// left_out[p]: places that tell nothing, drawn by lot: about as many with the same second word
// as tell something BY_SECOND, with the same first word as tell something BY_FIRST
static bool *draw_others(const struct lesson *all, const unsigned char *told,
                         size_t n_frequent, uint64_t *state)
{
    bool *left_out = allocate(all->n, sizeof *left_out);
    size_t *wanted =
        allocate(2 * n_frequent, sizeof *wanted); // second words, first words
    size_t *there = allocate(2 * n_frequent, sizeof *there);
    for (size_t p = 0; p < all->n; p++) {
        const size_t second = all->second[p], first = n_frequent + all->first[p];
        const unsigned char tells = told[all->first[p] * n_frequent + second];
        wanted[tells & BY_SECOND ? second : first] += tells != 0;
        there[second] += tells == 0;
        there[first] += tells == 0;
    }
    for (size_t p = 0; p < all->n; p++) {
        const size_t words[] = {all->second[p], n_frequent + all->first[p]};
        if (told[all->first[p] * n_frequent + all->second[p]])
            continue;
        for (size_t k = 0; k < 2; k++)
            if (random_below(state, there[words[k]]--) < wanted[words[k]] &&
                !left_out[p]) {
                left_out[p] = true;
                wanted[words[k]]--;
            }
    }
    free(wanted);
    free(there);
    return left_out;
}

// shares, a model and counts of the pairs that were not left out: what fresh ones cost them
static void print_trial(const char *name, const bool *left_out, const struct lesson *all,
                        const struct lesson *fresh, size_t n_frequent, uint64_t seed,
                        float rate, double passes)
{
    struct lesson kept = open_lesson(all->n);
    for (size_t p = 0; p < all->n; p++)
        if (!left_out || !left_out[p])
            add_to_lesson(&kept, all->first[p], all->second[p]);
    struct model m = open_model(n_frequent, seed);
    struct training run =
        open_training(kept.first, kept.second, kept.n, n_frequent, seed, rate, passes);
    while (run.step < run.n_steps)
        train_once(&run, &m);
    struct counted counted = count_pairs(kept.first, kept.second, kept.n, fresh->first,
                                         fresh->second, fresh->n, n_frequent);
    double *loss = allocate(fresh->n, sizeof *loss);
    struct part part = {0.0, 0.0, 0.0, 0.0};
    mean_loss(loss, &m, fresh->first, fresh->second, fresh->n);
    for (size_t p = 0; p < fresh->n; p++)
        add_pair(&part, loss, &counted, p);
    print_part(name, &part);
    free(loss);
    close_counted(&counted);
    close_training(&run);
    close_model(&m);
    close_lesson(&kept);
}

static void show_trials(const struct model *m, const struct corpus *corpus,
                        const unsigned char *company, const struct training *run)
{
    const double half = (double)run->step / (double)run->n_batches / 2.0; // of the passes
    const size_t v = corpus->vocab_size < SMALL_VOCAB ? corpus->vocab_size : SMALL_VOCAB;
    const uint32_t *ids = corpus->ids;
    const size_t n_train = corpus->n_train, n_held = corpus->n_ids - 1 - n_train;
    struct lesson all = frequent_pairs(ids, n_train - 1, v, NULL);
    struct lesson fresh = frequent_pairs(ids + n_train, n_held, v, company);
    unsigned char *told = mark_told(&fresh, m, corpus, v);
    bool *telling = allocate(all.n, sizeof *telling);
    uint64_t state = m->seed;
    for (size_t p = 0; p < all.n; p++)
        telling[p] = told[all.first[p] * v + all.second[p]] != 0;
    bool *others = draw_others(&all, told, v, &state);
    heading("Places left out");
    if (fresh.n == 0)
        printf("there is no such pair of frequent words\n");
    else {
        print_head("left out");
        print_trial("nothing", NULL, &all, &fresh, v, m->seed, run->rate, half);
        print_trial("near", telling, &all, &fresh, v, m->seed, run->rate, half);
        print_trial("others", others, &all, &fresh, v, m->seed, run->rate, half);
    }
    free(told);
    free(telling);
    free(others);
    close_lesson(&all);
    close_lesson(&fresh);
}

/*
### Neighbours, and company in common
*/

// profile[w] = the square root of the share of w among the others of word v
static void fill_profile(float *profile, size_t *counts, const struct pairs *pairs,
                         size_t v, size_t vocab_size)
{
    const double n = fmax(1.0, (double)(pairs->begin[v + 1] - pairs->begin[v]));
    count_others(counts, pairs, v, vocab_size);
    for (size_t w = 0; w < vocab_size; w++)
        profile[w] = counts[w] > 0 ? (float)sqrt((double)counts[w] / n) : 0.0f;
}

// of the words seen often, the one that shares most with v
static size_t best_company(const struct pairs *pairs, size_t v,
                           const struct corpus *corpus)
{
    const size_t n = corpus->vocab_size;
    size_t *counts = allocate(n, sizeof *counts), nearest = v;
    float *of_v = allocate(n, sizeof *of_v), *of_w = allocate(n, sizeof *of_w);
    double best = -1.0;
    fill_profile(of_v, counts, pairs, v, n);
    for (size_t w = 1; w < n && corpus->words[w].count >= LEAST_COUNT; w++) {
        if (w == v)
            continue;
        fill_profile(of_w, counts, pairs, w, n);
        const double overlap = dot(of_v, of_w, n);
        if (overlap > best) {
            best = overlap;
            nearest = w;
        }
    }
    free(counts);
    free(of_v);
    free(of_w);
    return nearest;
}

// a word at the left edge of a table
static void print_name(const struct word *word)
{
    printf("%-10.*s", word->length < 10 ? (int)word->length : 10, word->start);
}

// the three nearest by their rows, a star at the one that shares most by these pairs
static void print_nearest(const char *which, const float *unit, const size_t *chosen,
                          size_t n_chosen, const struct pairs *pairs,
                          const struct corpus *corpus)
{
    printf("word       %s\n", which);
    for (size_t n = 0; n < n_chosen; n++) {
        const size_t first = best_company(pairs, chosen[n], corpus);
        size_t nearest[3];
        find_nearest(nearest, 3, unit, chosen[n], corpus);
        print_name(&corpus->words[chosen[n]]);
        for (size_t k = 0; k < 3; k++) {
            const struct word *word = &corpus->words[nearest[k]];
            printf("%s %.*s%s", k ? "," : "", short_length(word), word->start,
                   nearest[k] == first ? "*" : "");
        }
        printf("\n");
    }
}

// shared[0], shared[1]: of the words that come after both v and w, those that make most of
// what the two share; 0 where there is none. Gives how much they share
static double find_shared(size_t shared[2], size_t v, size_t w, const struct pairs *pairs,
                          size_t vocab_size)
{
    size_t *counts = allocate(vocab_size, sizeof *counts);
    float *of_v = allocate(vocab_size, sizeof *of_v);
    float *of_w = allocate(vocab_size, sizeof *of_w);
    float best[2] = {0.0f, 0.0f};
    fill_profile(of_v, counts, pairs, v, vocab_size);
    fill_profile(of_w, counts, pairs, w, vocab_size);
    shared[0] = shared[1] = 0;
    for (size_t u = 1; u < vocab_size; u++) {
        const float part = of_v[u] * of_w[u];
        const size_t place = part > best[0] ? 0 : 1;
        if (part <= best[1])
            continue;
        best[1] = place ? part : best[0];
        shared[1] = place ? u : shared[0];
        best[0] = place ? best[0] : part;
        shared[0] = place ? shared[0] : u;
    }
    const double overlap = dot(of_v, of_w, vocab_size);
    free(counts);
    free(of_v);
    free(of_w);
    return overlap;
}

// the nearest at birth; what each shares with the nearest that it has now
static void print_company(const float *birth, const float *unit, const size_t *chosen,
                          size_t n_chosen, const struct pairs *pairs,
                          const struct corpus *corpus)
{
    printf("word       at birth  followers shared\n");
    for (size_t n = 0; n < n_chosen; n++) {
        size_t old, now, shared[2];
        find_nearest(&old, 1, birth, chosen[n], corpus);
        find_nearest(&now, 1, unit, chosen[n], corpus);
        const double overlap =
            find_shared(shared, chosen[n], now, pairs, corpus->vocab_size);
        const struct word *a = &corpus->words[old], *b = &corpus->words[now];
        print_name(&corpus->words[chosen[n]]);
        printf(" %-9.*s %.*s %.2f:", short_length(a), a->start, short_length(b), b->start,
               overlap);
        for (size_t k = 0; k < 2; k++)
            if (shared[k])
                printf(" %.*s", short_length(&corpus->words[shared[k]]),
                       corpus->words[shared[k]].start);
        printf("\n");
    }
}

enum { MOST_CHOSEN = 40 };

// the ids of the wanted words; for one that is not there a frequent word instead
static size_t choose_words(size_t chosen[MOST_CHOSEN], const char *wanted,
                           const struct corpus *corpus)
{
    size_t n = 0;
    for (; *wanted && n < MOST_CHOSEN; n++) {
        const size_t length = strcspn(wanted, " ");
        chosen[n] = find_word(corpus, wanted, length);
        wanted += length + strspn(wanted + length, " ");
        if (chosen[n] == 0 || corpus->words[chosen[n]].count < LEAST_COUNT)
            chosen[n] = 10 * (n + 1) % corpus->vocab_size;
    }
    return n;
}

static void show_neighbours(const struct model *m, const struct corpus *corpus,
                            const struct counted *counted, const char *wanted)
{
    struct model newborn = open_model(corpus->vocab_size, m->seed);
    float *before = unit_rows(newborn.wte, corpus->vocab_size);
    float *input = unit_rows(m->wte, corpus->vocab_size);
    float *output = unit_rows(m->lm_head, corpus->vocab_size);
    size_t chosen[MOST_CHOSEN] = {0}, n = choose_words(chosen, wanted, corpus);
    heading("Nearest neighbours");
    print_nearest("input table (* followers)", input, chosen, n, &counted->train, corpus);
    print_nearest("output table (* predecessors)", output, chosen, n, &counted->by_second,
                  corpus);
    print_company(before, input, chosen, n, &counted->train, corpus);
    free(before);
    free(input);
    free(output);
    close_model(&newborn);
}

static size_t nearest_frequent(const float *unit, size_t n_frequent, size_t v)
{
    size_t nearest = 0;
    double best = -2.0;
    for (size_t w = 1; w < n_frequent; w++) {
        double cos = dot(unit + v * D_MODEL, unit + w * D_MODEL, D_MODEL);
        if (w != v && cos > best) {
            best = cos;
            nearest = w;
        }
    }
    return nearest;
}

static float *make_profiles(const struct pairs *pairs, size_t n_frequent,
                            size_t vocab_size)
{
    size_t *counts = allocate(vocab_size, sizeof *counts);
    float *profile = allocate(n_frequent * vocab_size, sizeof *profile);
    for (size_t v = 0; v < n_frequent; v++)
        fill_profile(profile + v * vocab_size, counts, pairs, v, vocab_size);
    free(counts);
    return profile;
}

// the mean overlap of a frequent word's profile with that of its nearest one in the table
static double overlap_with_nearest(const float *profile, const float *unit,
                                   size_t n_frequent, size_t vocab_size)
{
    double sum = 0.0;
    for (size_t v = 1; v < n_frequent; v++)
        sum +=
            dot(profile + v * vocab_size,
                profile + nearest_frequent(unit, n_frequent, v) * vocab_size, vocab_size);
    return sum / (double)(n_frequent - 1);
}

enum { N_FREQUENT = 400 };

// the mean over all pairs of frequent words: (a + b + ...)^2 - a^2 - b^2 - ... is the sum
// of all products of two different ones
static double overlap_of_all(const float *profile, size_t n_frequent, size_t vocab_size)
{
    double products = 0.0, n = (double)(n_frequent - 1);
    for (size_t w = 0; w < vocab_size; w++) {
        double sum = 0.0, squares = 0.0;
        for (size_t v = 1; v < n_frequent; v++) {
            const double x = (double)profile[v * vocab_size + w];
            sum += x;
            squares += x * x;
        }
        products += sum * sum - squares;
    }
    return products / (n * (n - 1.0));
}

// what a word shares with its nearest one in either table, and with any other
static void print_shared(const char *company, const float *profile, float *const unit[2],
                         size_t n_frequent, size_t vocab_size)
{
    printf("%-12s %7.2f %7.2f %8.2f\n", company,
           overlap_with_nearest(profile, unit[0], n_frequent, vocab_size),
           overlap_with_nearest(profile, unit[1], n_frequent, vocab_size),
           overlap_of_all(profile, n_frequent, vocab_size));
}

static void show_shared_company(const struct model *m, const struct counted *counted)
{
    const size_t vocab_size = m->vocab_size;
    const size_t n = vocab_size < N_FREQUENT ? vocab_size : N_FREQUENT;
    float *unit[] = {unit_rows(m->wte, n), unit_rows(m->lm_head, n)};
    float *followers = make_profiles(&counted->train, n, vocab_size);
    float *predecessors = make_profiles(&counted->by_second, n, vocab_size);
    heading("Company in common");
    printf("nearest in     input  output  any two\n");
    print_shared("followers", followers, unit, n, vocab_size);
    print_shared("predecessors", predecessors, unit, n, vocab_size);
    free(unit[0]);
    free(unit[1]);
    free(followers);
    free(predecessors);
}

static void show_votes(const struct model *m, const struct corpus *corpus,
                       const struct training *run)
{
    struct model newborn = open_model(corpus->vocab_size, m->seed);
    const size_t shown[] = {1, corpus->vocab_size - 1};
    char cell[32];
    heading("Votes");
    for (size_t n = 0; n < 2; n++) {
        const size_t v = shown[n], at = v * D_MODEL;
        printf("\"%.*s\" moved in %s steps, by %.2f\n", short_length(&corpus->words[v]),
               corpus->words[v].start, with_commas(cell, run->seen[v]),
               distance(m->wte + at, newborn.wte + at, D_MODEL));
    }
    plot_votes(m, &newborn, corpus);
    close_model(&newborn);
}

static void show_sentences(const struct model *m, const struct corpus *corpus)
{
    const struct workshop tables = {.vocab_size = m->vocab_size,
                                    .d_model = D_MODEL,
                                    .wte = m->wte,
                                    .lm_head = m->lm_head,
                                    .logits = m->logits};
    uint64_t state = m->seed + 5;
    heading("Sentences of its own");
    write_sentence(corpus, draw_next, &tables, find_word(corpus, ".", 1), &state);
}

/*
### The bench

This is what `make bench` runs.
*/

static void bench_line(const char *name, double value, const char *sign, double want)
{
    char cell[32];
    bool good = sign[0] == '<' ? value <= want : value >= want;
    snprintf(cell, sizeof cell, "~%.4f", value);
    printf("%-54s %9s   want %s %.2f   %s\n", name, cell, sign, want,
           good ? "ok" : "MISSED");
}

// the share of the peak; and of its time, what its bytes alone would take in a plain loop
static void bench_training(size_t vocab_size, bool in_memory)
{
    double best = 0.0, least = INFINITY, traffic = 0.0;
    char cell[32], name[80];
    for (int go = 0; go < 5; go++) {
        double peak = measure_peak();
        double time = time_fast_step(vocab_size, 0.3);
        peak = fmax(peak, measure_peak());
        best = fmax(best, work_of_step(vocab_size) / time / peak);
        least = fmin(least, time);
        traffic = in_memory ? fmax(traffic, measure_traffic()) : INFINITY;
    }
    snprintf(name, sizeof name, "training, V = %s / multiply-add peak",
             with_commas(cell, vocab_size));
    bench_line(name, best, ">=", 0.75);
    snprintf(cell, sizeof cell, "~%.2f", bytes_of_step(vocab_size) / traffic / least);
    if (in_memory)
        printf("%-54s %9s   (1: it waits for memory only)\n",
               "  of its time, a plain loop needs for as many bytes", cell);
}

static void bench_plain_step(void)
{
    char cell[32];
    double plain = time_train_step(10000);
    snprintf(cell, sizeof cell, "~%.1f", plain / time_fast_step(10000, 0.3));
    if (isnan(plain))
        waits_for("3.5", "train_step");
    else
        printf("%-54s %9s   (why: see the chapter)\n",
               "train_step in plain loops, V = 10,000: times slower", cell);
}

static void bench_update(void)
{
    const char *missing = missing_update();
    if (missing) {
        wait_for_update(missing);
        return;
    }
    struct update u = open_update(1024, 50257, 768);
    double dense = time_update(&u, update_dense, 0.5);
    bench_line("sparse update / dense update, V = 50,257, d = 768",
               time_update(&u, update_sparse, 0.5) / dense, "<=", 0.02);
    close_update(&u);
}

/*
## What you can change

The program takes settings: `build/03_trainer seed=8 words="very must"`, for example. Each
has a row in the table at the end of this section, and `build/03_trainer settings` prints
them. The numbers in the text are those of the defaults. `PASSES=8 make chapter3` sets `passes`
from outside, `TEXT=` the text. The page that you read is a C file, so

```
TEXT=chapters/03_trainer.c \
    SET="words=float" make chapter3
```

trains the model on the chapter that describes it, your solutions included: in the output table the
row nearest to that of `float` is that of `uint`. They stand in the same places. And on so short a
text the smoothed counts win.
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
    {"seed", "whole", "7", 0, 1000000, "of everything random"},
    {"rate", "number", "3", 0, 100, "the learning rate at the first step"},
    {"passes", "number", "4", 0.001, 1000, "how often the text is read"},
    {"words", "text", "she said hartfield", 0, 400,
     "whose neighbours are looked up, with spaces between them"},
    {"pair", "text", "cat runs", 0, 20, "two of the thirteen words: the second follows"},
    {"steps", "whole", "1", 1, 100, "how many steps are taken on this pair alone"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

// PASSES=, where it is set, else the setting
static double passes_asked(double setting)
{
    const char *asked = getenv("PASSES");
    if (!asked || !*asked)
        return setting;
    char *end;
    double passes = strtod(asked, &end);
    if (*end || !(passes > 0.0 && passes <= 1000.0))
        give_up(2, "PASSES=%s is not a number from 0 to 1000", asked);
    return passes;
}

static void run_novel(const struct corpus *corpus, const struct counted *counted,
                      const struct yardsticks *yardsticks, char **args, double passes,
                      bool keep)
{
    const uint64_t seed = (uint64_t)setting_number(settings, args, "seed");
    struct model m = open_model(corpus->vocab_size, seed);
    const float rate = (float)setting_number(settings, args, "rate");
    struct training run = open_training(corpus->ids, corpus->ids + 1, corpus->n_train - 1,
                                        corpus->vocab_size, seed, rate, passes);
    train(&run, &m, corpus, yardsticks);
    unsigned char *company = find_company(&m, corpus, counted);
    show_parts(&m, corpus, counted, company);
    show_trials(&m, corpus, company, &run);
    free(company);
    show_neighbours(&m, corpus, counted, setting_text(settings, args, "words"));
    show_shared_company(&m, counted);
    show_votes(&m, corpus, &run);
    show_sentences(&m, corpus);
    if (keep || run.step < run.n_steps)
        save_tables(&m, corpus);
    close_training(&run);
    close_model(&m);
}

int main(int argc, char **argv)
{
    char **args = argc > 0 ? argv + 1 : argv;
    int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    if (*args && strcmp(*args, "bench") == 0) {
        printf("with AVX-512, and where nothing else is running:\n");
        bench_training(1000, false);
        bench_training(10000, false);
        bench_training(50000, true);
        printf("on any machine:\n");
        bench_plain_step();
        bench_update();
        return 0;
    }
    const char *path = getenv("TEXT");
    const bool own_text = path && *path;
    const uint64_t seed = (uint64_t)setting_number(settings, args, "seed");
    const double passes = passes_asked(setting_number(settings, args, "passes"));
    const char *pair = setting_text(settings, args, "pair");
    const size_t n = strcspn(pair, " ");
    const size_t read = toy_word(pair, n),
                 came = toy_word(pair + n + (pair[n] == ' '),
                                 strlen(pair + n) - (pair[n] == ' '));
    if (read == N_TOY || came == N_TOY)
        give_up(2, "pair= takes two words of the small world, such as pair=\"cat runs\"");
    path = own_text ? path : "chapters/data/austen/emma.txt";
    struct corpus corpus = open_novel(path);
    show_corpus(&corpus, own_text ? path : NULL, seed);
    show_softmax();
    show_touched_rows(&corpus);
    show_updates(&corpus);
    show_step();
    show_own_training(&corpus, seed);
    show_toy(
        (struct pair){read, came, (size_t)setting_number(settings, args, "steps"), seed});
    struct counted counted = count_text(&corpus);
    const struct yardsticks yardsticks = measure_yardsticks(&corpus, &counted);
    show_yardsticks(&yardsticks);
    if (show_speed(&corpus, seed))
        run_novel(&corpus, &counted, &yardsticks, args, passes, own_text);
    close_counted(&counted);
    close_corpus(&corpus);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="3.1"}
Which number can you take away from all the logits of a row without changing a
probability, and what is then the largest exponent?
:::

::: {.hint exercise="3.1"}
With $m_t$ the largest logit of row $t$, $y_t$ its target and
$S_t = \sum_v e^{z_{tv} - m_t}$: the row's loss is $m_t - z_{t y_t} + \ln S_t$, and
$\mathrm{dlogits}_{tv} = (e^{z_{tv} - m_t} / S_t - [v = y_t]) / n$.
:::

::: {.hint exercise="3.1"}
Check all targets first. Then for each row: one loop for the largest logit; keep
the target's logit in a variable; one loop that stores `expf(logit - largest)` in
`dlogits` and adds it to a `double`; one loop that divides by the sum and by
`n_tokens`. Last, subtract `1.0f / n_tokens` at the target, and add the row's loss
to a `double`. Return the sum of the losses divided by `n_tokens`.
:::

::: {.hint exercise="3.2"}
In the lookup, row `ids[t]` of the table was copied to row `t` of `out`. Which way
does the gradient go, and what if two positions have the same id?
:::

::: {.hint exercise="3.2"}
$\mathrm{dwte}_{vi} = \mathrm{dwte}_{vi} + \sum_{t:\, \mathrm{ids}_t = v} \mathrm{dout}_{ti}$.
:::

::: {.hint exercise="3.2"}
One loop over all ids that returns `false` if one is too large. Then for each
position `t`: take the pointers to row `ids[t]` of `dwte` and row `t` of `dout`,
and add the second to the first, number by number, with `+=`.
:::

::: {.hint exercise="3.3"}
If the ids were already sorted, how would you find the different ones in a single
walk?
:::

::: {.hint exercise="3.3"}
$\mathrm{rows}_0 < \mathrm{rows}_1 < \dots$ are the different ids, and
$\mathrm{drows}_{ki} = \sum_{t:\, \mathrm{ids}_t = \mathrm{rows}_k} \mathrm{dout}_{ti}$.
:::

::: {.hint exercise="3.3"}
Copy the ids to `rows`, sort them with `qsort`, and walk through, keeping each one
that differs from the last one kept: that leaves `n` rows. Clear the first `n`
rows of `drows`. Then for each position `t` look for `ids[t]` in `rows` (with
`bsearch`, or a loop), and add row `t` of `dout` to that row of `drows`. Compare
two ids with `<` and `>`: their difference may not fit an `int`.
:::

::: {.hint exercise="3.4"}
Two numbers tell you where an entry goes: its place in the list, and its place in
the table. Which is which?
:::

::: {.hint exercise="3.4"}
$\mathrm{wte}_{\mathrm{rows}_k,\, i} = \mathrm{wte}_{\mathrm{rows}_k,\, i} - \eta \cdot
\mathrm{drows}_{ki}$ with $\eta$ the learning rate; allowed only if $\mathrm{rows}_{k-1} <
\mathrm{rows}_k < V$ for all $k$.
:::

::: {.hint exercise="3.4"}
A first loop over `k` returns `false` if `rows[k]` is not below `vocab_size`, or
if `k > 0` and `rows[k]` is not larger than `rows[k - 1]`. A second loop takes row
`rows[k]` of `wte` and row `k` of `drows`, and subtracts `learning_rate` times the
one from the other.
:::

::: {.hint exercise="3.5"}
Which of the two tables is needed, as it was, to compute the step of the other
one? What does that say about the order?
:::

::: {.hint exercise="3.5"}
With $h_t$ row $\mathrm{inputs}_t$ of $E$ and $\eta$ the learning rate:
$z_{tv} = U_v \cdot h_t$;
$\mathrm{dhidden}_t = \sum_v \mathrm{dlogits}_{tv} U_v$;
$U_v \leftarrow U_v - \eta \sum_t \mathrm{dlogits}_{tv} h_t$; then
$E_r \leftarrow E_r - \eta \sum_{t:\, \mathrm{inputs}_t = r} \mathrm{dhidden}_t$.
:::

::: {.hint exercise="3.5"}
Check the inputs and `d_model`. Three loops fill `logits`. Call
`softmax_cross_entropy(logits, logits, ...)`, and return if it gives `NAN`. Clear
`dhidden`. Then for each `v`: first add `logits[t][v]` times row `v` of `lm_head`
to row `t` of `dhidden`, for all `t`; then, for all `t`, subtract `learning_rate`
times `logits[t][v]` times row `inputs[t]` of `wte` from row `v` of `lm_head`.
Last, `coalesce_rows` with `dhidden` as `dout`, and `sgd_update_rows` on `wte`.
:::
*/
