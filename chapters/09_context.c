/*
# When does "bank" stop being one vector? {#context}

*We sat on the bank and watched the ducks. We went to the bank and asked for a loan.*
Two banks that have nothing to do with each other, and one token: in GPT-2's table
`" bank"` is row 3,331, once, for rivers and for loans alike. Whatever a table knows about
a token must fit into its one row. So the course could have stopped at chapter 1, were it
not for a step that comes after the lookup: the rows of a sentence get to see each other.

You can read that this settles the matter: *in a transformer every word has a contextual
embedding, so the river's bank and the money's bank are two vectors.* It settles half of
it. [Why are the bank of *the bank of the river* and the bank of *the bank with the loan* the
same vector in a GPT, to the last bit, in every layer, after any training?]{.teaser} This
chapter builds the smallest model in which that can be seen, trains it in two ways, and asks
each of its vectors, at every layer and every position, which bank it believes in.

![One row goes in, above and below. Follow the arrows into "bank": where the cue stands to
the left, it is heard; where it stands to the right, only the model without a mask hears it.
But look at "it".](drawing:two-banks){alt="Two sentences of five words. In the first, river
stands before bank: an arrow leads from river into bank, and one from river into it, both
solid, which both models have. In the second, river stands behind bank: the arrow from river
back into bank is dashed, only the bidirectional model has it; the arrow from river on into
it is solid."}

On the way you write what stands around the attention head in every GPT: the layer norm,
the MLP, and the plain addition that is called the residual stream; and the way back
through them, so that the model can be trained. You also write two instruments: one that
says *how far* two vectors differ, and one that asks a vector what it knows. The second
one is easily fooled, and we shall catch it.

You need the attention head of chapter 4 and the softmax and the gradients of chapter 3.
The file is `chapters/09_context.c`; `make chapter9` builds it, runs it, and says what to
do next. The run trains sixteen small models, which takes a few seconds.
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

/*
## The same token before two endings

Here is a text of six tokens. Token 2 is our bank. Tokens 0 and 1 stand before it, tokens
3 to 5 behind it; each is a row of four random numbers. Then the same text with another
ending: new random rows for tokens 3 to 5. We send both through a bare attention head,
which uses each row as query, key and value (chapter 4 did the same with its three words),
once without a mask and once with the causal one, and compare what comes out at token 2.

Comparing needs a number. Two rows of $d$ numbers can differ in many ways; what we want to
know first is whether they differ *at all*. So take the largest difference of any of their
numbers: it is 0 if the rows are equal, and only then.
*/

/*
## Exercise 9.1: how far apart? {#context-gap .exercise}

This is the instrument for all the zeros of this chapter, so it must not say 0 where
something differs. It gets the outputs of one model for two texts of the same length and
gives a gap for each position: the largest absolute difference among the $d$ numbers there.

By hand, with two positions and $d = 3$:

| position | `a`           | `b`          | differences     | gap  |
|:---------|:--------------|:-------------|:----------------|:-----|
| 0        | 1, 2, −3      | 1, 2, −3     | 0, 0, 0         | 0    |
| 1        | 0.5, −1, 4    | 0.75, 2, 4   | 0.25, 3, 0      | 3    |

A difference that is not a number must not get lost: if one of the two numbers is NaN, or
both are the same infinity, the gap of that position is NaN. (A comparison with NaN is always
false, so a loop that looks for the largest passes over it without a sign.) The other
positions keep their gaps. No positions are no error. Rows of no numbers do not differ:
their gap is 0.
*/

// gap[t] = the largest |a[t][i] - b[t][i]| of all i; NaN if one of the differences is NaN
//   gap [n_tokens]   a, b [n_tokens][d_model]
// there is no bad input: always true
EXERCISE bool context_gap(float *gap, const float *a, const float *b, size_t n_tokens,
                          size_t d_model)
{
    // your code here
    (void)gap, (void)a, (void)b, (void)n_tokens, (void)d_model;
    return false;
}

/*
### With the mask and without

The head is chapter 4's, finished. `heard` is the number of positions that token `t` hears:
all of them, or with the mask the first $t + 1$.
*/

enum { MAX_TOKENS = 18 }; // a sentence of nine words, said twice

static float dot(const float *a, const float *b, size_t n)
{
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// the shares of what token t hears: shares[s] for s < heard, their sum is 1
static void share_out(float *shares, const float *q_t, const float *k, size_t heard,
                      size_t d)
{
    const float scale = 1.0f / sqrtf((float)d);
    float most = -INFINITY, sum = 0.0f;
    for (size_t s = 0; s < heard; s++) {
        shares[s] = dot(q_t, k + s * d, d) * scale;
        most = shares[s] > most ? shares[s] : most;
    }
    for (size_t s = 0; s < heard; s++) {
        shares[s] = (float)exp((double)(shares[s] - most));
        sum += shares[s];
    }
    for (size_t s = 0; s < heard; s++)
        shares[s] /= sum;
}

// out[t] = sum over s of att[t][s] v[s], over the positions that t hears
//   out, q, k, v [n_tokens][d]   att [n_tokens][MAX_TOKENS], 0 where not heard
static void attend(float *out, float *att, const float *q, const float *k, const float *v,
                   size_t n_tokens, size_t d, bool causal)
{
    memset(out, 0, n_tokens * d * sizeof *out);
    memset(att, 0, n_tokens * MAX_TOKENS * sizeof *att);
    for (size_t t = 0; t < n_tokens; t++) {
        const size_t heard = causal ? t + 1 : n_tokens;
        float *shares = att + t * MAX_TOKENS, *out_t = out + t * d;
        share_out(shares, q + t * d, k, heard, d);
        for (size_t s = 0; s < heard; s++)
            for (size_t i = 0; i < d; i++)
                out_t[i] += shares[s] * v[s * d + i];
    }
}

/*
::: predict
Two endings, two outputs at token 2. Is the gap small with the mask, is it 0, and what is it
without? And at which tokens does the causal head differ at all?

:::: answer
With the mask it is exactly 0, without it it is not. The causal head differs only where the
endings do, at tokens 3 to 5.
::::
:::

::: {.output section="The same token before two endings"}
:::

With the mask the gap at token 2 is not small, it is
[0]{.n section="The same token before two endings"}; without it, it is
[0.28]{.n section="The same token before two endings"}. Nothing was trained, so this is
no skill and no lack of skill. The output at token 2 is a sum over tokens 0, 1 and 2, and
no other number of the text occurs in it. A second layer would read those outputs and
again add up positions 0 to 2 alone. So the zero holds for any number of layers, any
weights, any training: **what a causal model makes of a token is a function of that token
and of what stood before it.** Everything else in a transformer works on each position by
itself, as we shall see, and cannot bring the ending in by another door.

::: belief
**"A GPT gives every word a vector that depends on its sentence."** On the part of the
sentence that has been said. Bring the cue before the word and it is true; bring it after
the word and the vector cannot know. A model without the mask, such as BERT, was built to
remove exactly this limit [@devlin2019, sec. 1], and pays for it: it is no longer a model that
writes a text from left to right.
:::

## Telegrams

Now we need a language in which the two banks make a difference to somebody. Telegrams will
do: nine words without grammar.

    also reed today bank
    again also often it then

    also often today bank
    again reed often it then

Each has the word *bank* at position 3 and the word *it*, which means the bank, at position
7. One more word is a **cue**: six words of the river (river, water, fish, boat, reed,
wave) or six of money (money, loan, account, cheque, debt, vault). It stands two places
before the bank, or two places after it. The rest is filled with eight words that say
nothing (here, then, still, again, also, now, today, often), drawn at random.

To whom does it matter? To a translator. In German the bank of a river is *das Ufer* and
the bank with the money is *die Bank*, and the pronoun follows: *it* is *es* for the one
and *sie* for the other. All other words have a single translation. So the task is: **say
at each position the German word.** Twenty-two words come in, twenty-four can go out, and
only at two positions does one have to know more than the word itself.

We train two models on this, equal in everything but the mask. The one without it is a
translator who reads the whole telegram and then writes. The causal one is a *simultaneous
interpreter*, who must say each word when it is heard.

::: aside
Interpreters know our problem well. In German the verb may come last, and whoever
interprets from German must wait for it, or guess.
:::

Is that fair? Both models get the same telegrams and the same targets, at every position,
and no target stands in what they read. This is why we do not ask for the next word, the
task that a GPT is trained on: without the mask the next word is there to be copied, and
the two models would have to be trained on different tasks (BERT's is to fill in words that
were blanked out). What we give up is that our causal model is no language model. What we
want to show does not need one.

Nothing in a telegram depends on the order of its words. So the model gets no positions,
and what enters it is the bare row of the table: the same numbers at every *bank*. (The
German words have the same ids as the English ones; only the last two have two
translations each.)
*/

enum { N_FILLERS = 8, N_CUES = 6, BANK = N_FILLERS + 2 * N_CUES, IT, VOCAB };
enum { UFER = BANK, MONEY_BANK, ES, SIE, N_ANSWERS };
enum { LENGTH = 9, AT_BANK = 3, AT_IT = 7 };

static const char *const words[VOCAB] = {
    "here",    "then",   "still", "again", "also", "now",  "today", "often",
    "river",   "water",  "fish",  "boat",  "reed", "wave", "money", "loan",
    "account", "cheque", "debt",  "vault", "bank", "it",
};

/*
## One block

Between the table and the answers stands one block of the kind that GPT-2 has twelve of;
chapter 5 counted its numbers, and here it works. It does two things to each row, and both
times it does not replace the row but *adds* to it:

$$\begin{aligned}
x' &= x + \mathrm{attention}(\mathrm{norm}(x)), \\
x'' &= x' + \mathrm{mlp}(\mathrm{norm}(x')).
\end{aligned}$$

These are, in other letters, two lines of GPT-2's published code [@gpt2code,
`src/model.py`]. The row runs through, from the table to the top, and each part of the
block reads from it and adds what it has to say. People call it the **residual stream**
[@elhage2021]; the additions come from image recognition, where they made it possible to
train networks of 152 layers [@he2016].

![The block. Follow the thick line from the bottom to the top: nothing stands in its way, the
two parts only add. Then look for the one place where positions meet.](drawing:block){alt="A
thick line goes up from the row of bank in the table to the output. Twice a thin line leaves
it to the right: first through a norm into the attention, where lines from the other
positions come in, and back to a plus sign on the thick line; then through a norm into the
MLP and back to a second plus sign. Beside the line stand the names of its three stages: x,
the row; x', after the attention; x'', the output."}

Before a part reads, the row is brought to a standard size. The stream grows as it goes up,
and a score that is a product of two large rows makes a softmax that hears one position
only. The **layer norm** [@ba2016] shifts the $d$ numbers of a row so that their mean is 0,
and stretches them so that the mean of their squares is 1:

$$\mathrm{norm}(x)_i = g_i \, \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}} + b_i,$$

$$\mu = \frac1d \sum_i x_i, \qquad \sigma^2 = \frac1d \sum_i (x_i - \mu)^2.$$

Gain $g$ and bias $b$ are learned; they begin as ones and zeros. The
$\varepsilon = 10^{-5}$ is GPT-2's, and keeps a row of equal numbers from being divided by
0.
*/

/*
## Exercise 9.2: layer norm {#layer-norm .exercise}

Three norms stand in our model, two in the block and one above it, before the answers; so
without this function it cannot compute anything.

By hand: $x = (1, 3)$ has the mean 2 and the differences −1 and 1, so $\sigma^2 = 1$, and
divided by $\sqrt{1.00001} = 1.000005$ they are −0.999995 and 0.999995. With the gain (2,
2) and the bias (0, 10) the output is (−1.99999, 11.99999).

Two warnings. Divide by $d$, not by $d - 1$: this is no estimate of anything, it is the
mean of $d$ squares. And first find the mean, then go through the row again for the squares
of the differences, with both sums in `double`. Subtract the mean while it still is one:
where a row lies far from 0, a mean that was rounded to `float` may be off by as much as the
numbers of the row differ. For the same reason the shortcut, the mean of the squares minus
the square of the mean, will not do: it takes the difference of two nearly equal numbers, and
little of it is left. Each row is normalised by itself. No tokens, or rows of no numbers, are
no error.
*/

static const double EPSILON = 1e-5;

// out[t][i] = gain[i] (x[t][i] - mean) / sqrt(variance + 1e-5) + bias[i]
//   for each t: mean of x[t][i], variance: mean of (x[t][i] - mean)^2, both over i and
//   both kept in double
//   out, x [n_tokens][d_model]   gain, bias [d_model]
// there is no bad input: always true; sizes of 0: nothing to do
EXERCISE bool layer_norm(float *out, const float *x, const float *gain, const float *bias,
                         size_t n_tokens, size_t d_model)
{
    // your code here
    (void)out, (void)x, (void)gain, (void)bias, (void)n_tokens, (void)d_model;
    return false;
}

/*
::: {.output section="Layer norm"}
:::

The second row is the first one times 100, and the third is the first one plus 100. The
norm makes the same of all three. Length and mean of a row are lost to whoever reads
through a norm; that is the price of a standard size. (For the row times 100 not exactly:
its $\sigma^2$ is 10,000 times as large and the $\varepsilon$ is not.)

## Neurons that listen and write

The attention is the only part in which positions meet. What it brings in must still be
*worked on*: "bank" and "some river was here" together should become "Ufer". This is the
work of the second part, the **MLP** (multi-layer perceptron). It consists of
`d_hidden` neurons, and each of them has two rows of $d$ numbers: one that it listens for,
row $j$ of `w_up`, and one that it writes, row $j$ of `w_down`. A neuron takes the dot
product of what it reads with the row it listens for; if that is negative it stays silent,
and otherwise it adds its other row to the stream, as often as it was addressed:

$$\begin{aligned}
\mathrm{hidden}_j &= \max\Big(0, \sum_i \mathrm{normed}_i \, W^{\mathrm{up}}_{ji}\Big), \\
\mathrm{out}_i &= x_i + \sum_j \mathrm{hidden}_j \, W^{\mathrm{down}}_{ji}.
\end{aligned}$$

Keys and values, then, that are learned and do not come from the text: a way to see the MLP
that holds for real models too [@geva2021]. As in GPT-2 there are four times as many
neurons as numbers in a row. GPT-2 rounds the corner at 0 off (its function is called GELU)
and gives each layer a bias; we leave out both.
*/

/*
## Exercise 9.3: the second half of the block {#residual-mlp .exercise}

`x` is the stream, `normed` is the same row after its norm: the neurons read `normed`, and
add to `x`. Both matrices have a row for each neuron. Hand out what each neuron said,
`hidden`, as well: the way back needs it.

By hand, with $d = 2$ and two neurons: `x` = (10, 20), `normed` = (1, −1). Neuron 0 listens
for (3, 1): the dot product is 2, so that is what it says. Neuron 1 listens for (0, 5): −5, so
it says 0. They write (0.5, 1) and (7, 7). The output is
$(10, 20) + 2 \, (0.5, 1) + 0 \, (7, 7)$ $= (11, 22)$.

No tokens or rows of no numbers are no error; and without any neurons the output is `x`.
*/

// hidden[t][j] = max(0, sum over i of normed[t][i] w_up[j][i])
// out[t][i] = x[t][i] + sum over j of hidden[t][j] w_down[j][i]
//   out, x, normed [n_tokens][d_model]   hidden [n_tokens][d_hidden]
//   w_up, w_down [d_hidden][d_model]
// there is no bad input: always true; sizes of 0 are no error
EXERCISE bool residual_mlp(float *out, float *hidden, const float *x, const float *normed,
                           const float *w_up, const float *w_down, size_t n_tokens,
                           size_t d_model, size_t d_hidden)
{
    // your code here
    (void)out, (void)hidden, (void)x, (void)normed, (void)w_up, (void)w_down,
        (void)n_tokens, (void)d_model, (void)d_hidden;
    return false;
}

/*
## The way back

To train the block we need the slope of the loss along each of its numbers. As in chapter
3, a `d` in front of a name is that slope, and we walk from the loss backwards. What arrives
at the top of the second half is `dout`. Where does it go?

**Straight down.** The output is $x$ plus something. Raise $x_i$ by a little and the output
rises by the same little, so `dx` gets all of `dout`, unchanged. However badly the
neurons are set, the order from the top reaches the table in full.

**Into the neurons.** Neuron $j$ wrote $\mathrm{hidden}_j$ times its row, so its own slope
is the dot product of `dout` with that row, and the row gets $\mathrm{hidden}_j$ times
`dout`. But if the neuron was silent, a small change of what it heard would have left it
silent: then its slope is 0, and nothing passes.

**Through the neurons.** What a neuron says was a dot product, and a slope goes through it
as ever: each side gets the slope times the other side.
*/

/*
## Exercise 9.4: back through the second half {#residual-mlp-backward .exercise}

Four things get a share: the stream, the normed row, and both matrices. As with every
`_backward` of this course you add to what the four outputs hold. Whether a neuron was
silent, `hidden` says: it spoke if its number is greater than 0. As `residual_mlp` wrote it,
none is below 0.

By hand, from the example above, with `dout` = (1, 2):

| what              | amount                                                       |
|:------------------|:-------------------------------------------------------------|
| `dx`              | (1, 2)                                                       |
| slope of neuron 0 | $1 \cdot 0.5 + 2 \cdot 1 = 2.5$                              |
| slope of neuron 1 | 0, it was silent                                             |
| `dw_down`, row 0  | $2 \, (1, 2) = (2, 4)$                                       |
| `dw_up`, row 0    | $2.5 \, (1, -1) = (2.5, -2.5)$                               |
| `dnormed`         | $2.5 \, (3, 1) = (7.5, 2.5)$                                 |

The rows of neuron 1 get nothing. You need no memory of your own: for one position and one
neuron the slope is a single number.
*/

// slope[t][j] = sum over i of dout[t][i] w_down[j][i] where hidden[t][j] > 0, else 0
// dx[t][i]      += dout[t][i]
// dnormed[t][i] += sum over j of slope[t][j] w_up[j][i]
// dw_up[j][i]   += sum over t of slope[t][j] normed[t][i]
// dw_down[j][i] += sum over t of hidden[t][j] dout[t][i]
//   dx, dnormed, dout, normed [n_tokens][d_model]   hidden [n_tokens][d_hidden]
//   dw_up, dw_down, w_up, w_down [d_hidden][d_model]
// there is no bad input: always true; sizes of 0 are no error
EXERCISE bool residual_mlp_backward(float *dx, float *dnormed, float *dw_up,
                                    float *dw_down, const float *dout,
                                    const float *hidden, const float *normed,
                                    const float *w_up, const float *w_down,
                                    size_t n_tokens, size_t d_model, size_t d_hidden)
{
    // your code here
    (void)dx, (void)dnormed, (void)dw_up, (void)dw_down, (void)dout, (void)hidden,
        (void)normed, (void)w_up, (void)w_down, (void)n_tokens, (void)d_model,
        (void)d_hidden;
    return false;
}

/*
::: {.output section="The second half of the block, there and back"}
:::

### Back through the norm

One part of the way back is missing, and it is given here because it is the one that
people get wrong: the norm. Write $\hat x_i$ for the normed number before gain and bias,
and $q_i = g_i \, \mathrm{dout}_i$ for the slope that arrives at it. If nothing but $x_i$
itself mattered to $\hat x_i$, the answer would be $q_i / \sqrt{\sigma^2 + \varepsilon}$.
But every $x_i$ also moves the mean and the spread of the row, and so all the other
numbers. Raise the whole row, and nothing changes: so the slopes of a row must have the
mean 0. Stretch the row, and nothing changes either, apart from the $\varepsilon$: so they
must not point along $\hat x$. Take both out,

$$dx_i = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \Big( q_i - \overline{q} -
\hat x_i \, \overline{q \hat x} \Big),$$

with a bar for the mean over the row, and what is left is the gradient, also with the
$\varepsilon$.
*/

// the mean of a row, and 1 / sqrt(variance + epsilon)
static double row_statistics(double *mean, const float *x, size_t d)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < d; i++)
        sum += (double)x[i];
    *mean = sum / (double)d;
    for (size_t i = 0; i < d; i++)
        squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
    return 1.0 / sqrt(squares / (double)d + EPSILON);
}

// dx[t][i] += (q[i] - mean of q - hat[i] mean of q hat) / sqrt(variance + epsilon)
//   q[i] = gain[i] dout[t][i]   hat = the row of x[t], normed
// dgain[i] += dout[t][i] hat[i]   dbias[i] += dout[t][i]
static void layer_norm_backward(float *dx, float *dgain, float *dbias, const float *dout,
                                const float *x, const float *gain, size_t n_tokens,
                                size_t d)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x_t = x + t * d, *dout_t = dout + t * d;
        double mean, rate = row_statistics(&mean, x_t, d), q_sum = 0.0, hat_sum = 0.0;
        for (size_t i = 0; i < d; i++) {
            const double hat = ((double)x_t[i] - mean) * rate;
            q_sum += (double)gain[i] * (double)dout_t[i];
            hat_sum += (double)gain[i] * (double)dout_t[i] * hat;
            dgain[i] += (float)((double)dout_t[i] * hat);
            dbias[i] += dout_t[i];
        }
        for (size_t i = 0; i < d; i++) {
            const double hat = ((double)x_t[i] - mean) * rate;
            const double q = (double)gain[i] * (double)dout_t[i];
            dx[t * d + i] += (float)(rate * (q - (q_sum + hat * hat_sum) / (double)d));
        }
    }
}

/*
Formulas copied into code deserve distrust, so the program nudges (chapter 3): sixteen
numbers of each of the model's fourteen arrays, up a little and down a little, for both
masks. The largest disagreement with the gradient stands in the last two lines of the
output, as a share of the largest gradient of its array; `float` allows no better than some
tenths of a percent, and a wrong sign or a forgotten term would be far above.

## A translator and an interpreter

With your functions and the way back through the norm the model can be trained: rows of 24
numbers, 96 neurons, 400 steps of sixteen telegrams with Adam (chapter 6). Half of the
telegrams have the cue before the bank and half have it after it. There are eight models of
each kind, which differ in their seed. The learning rate, 0.02, was chosen from eight
between 0.001 and 0.1, and does for both masks (`controls=1` prints the table). The width
was chosen too: with rows of 16 numbers some causal models leave a cue or two unlearned (try
`d=16`), with 24 none of sixteen did.

The loss at *bank* is what we look at. Whoever cannot know the sense can do no better than
to toss a coin, and pays $\ln 2 = 0.69$. (Two right answers may round differently, `float` sums
here and `double` sums there, and the training makes more of it: some of your percentages
below will be a few units away from ours. What is exactly 0 or 50, stays so.)

::: predict
Four cases: with the mask or without, the cue before the bank or after it. What will the
loss at *bank* be in each? And at *it*?

:::: answer
About 0 in all cases but one: with the mask, and the cue after the bank, it is ln 2. At *it*
about 0 everywhere.
::::
:::

The output has the loss at *bank*, its mean over the eight seeds and the least and the most of
them, and the means at *it* and at all other words.

::: {.output section="A translator and an interpreter" set="steps rate"}
:::

The translator makes no mistakes. The interpreter makes next to none where the cue came
first; where it comes later she tosses the coin ([0.70]{.n section="A translator and an
interpreter"}), as she must. But look at *it*: the loss there is [0.00]{.n section="A
translator and an interpreter"} in all cases. At position 7 the cue has been heard,
wherever it stood. The interpreter has said the wrong bank half of the time, and goes on
with the right pronoun.

### Who hears whom

![Who hears whom, in the causal model, where the cue stands after the bank. Look at the rows
of "bank" and of "it": the one finds nothing to its left that helps and settles on a filler,
the other finds the cue.](figure:context-heard-causal){#fig-context-heard-causal}

![The same telegram without a mask. Now the row of "bank" has found the cue as
well.](figure:context-heard-both){#fig-context-heard-both}

## Bit for bit

The loss says that the interpreter cannot tell. We claimed more: that her vector is *the
same*. So take twins, two telegrams that differ in nothing but the cue, which stands after
the bank: a river in the one, money in the other. Send both through the same trained model
and apply your instrument to the outputs, position by position. The table shows the largest
gap of 64 pairs and eight models, beside the words of one of them; a 0 without a decimal point
is an exact one.

::: {.output section="Twins: the same telegram with another cue after the bank"}
:::

In the causal model the first five lines are
[0]{.n section="Twins: the same telegram with another cue after the bank"}: not small, not
rounded. The vectors of the two banks are one vector. Meaning arrives at the cue itself, and
behind it.

Is this a fault of a small model? Take GPT-2 and ask it for its vector of *bank* in *I sat
on the bank of the river* and *I sat on the bank with my money*: one vector, in all twelve
layers. (On a GPU two texts of different lengths may be added up in different orders, and
the last bits differ: that is arithmetic, not knowledge.) Whoever shows you a picture in
which a GPT's vectors of *bank* fall into two clouds has shown you sentences whose cue came
first.

::: aside
The zero is good for something. A vector that no later word can change need not be computed
again: a model that writes keeps the vectors of its text in a cache, and works on the new
word alone.
:::

## Ask the vectors

For the other positions "not equal" says little. Which of the vectors know the sense, and
how would we find out? Ask them, with the simplest instrument there is. Take telegrams of
which we know the sense, and look at the vectors at one position of one layer. The mean of
those from river telegrams is one point, the mean of those from money telegrams another: two
**centroids**. Now take a vector from another telegram and guess the sense whose centroid is
nearer. If the guesses are right, the vector knew.

Such an instrument is called a **probe**. It has been used on BERT in just this form, with a
centroid for each sense of a word [@reif2019].
*/

/*
## Exercise 9.5: the nearest centroid {#nearest-centroid .exercise}

Fit and guess in one function. The rows to fit on are `fitted`, with a class each in
`labels`; the rows to try are `tried`. Write the mean row of each class to `centroids` (it
is an array of `double`: the means are worth the digits), and for each row that is tried the
class whose centroid has the smallest squared distance, added up in `double` too. Where two
are equally near, the smaller class wins.

By hand, with $d = 1$: the rows 1, 5, 3 with the labels 0, 1, 0 have the centroids 2 and 5.
Tried are 3, 4 and 3.5. The squared distances of 3 are 1 and 4: class 0. Those of 4 are 4
and 1: class 1. Those of 3.5 are 2.25 and 2.25: equal, so class 0.

A class without any row has no mean, so refuse if there is one; refuse a label that is not
below `n_classes`, and `n_classes` 0. In all three cases write nothing. No rows to try are
no error, and rows of no numbers all have the distance 0. You need no memory of your own: how
many rows a class has, a walk along `labels` can say.
*/

// centroids[c][i] = mean of fitted[n][i] over the n with labels[n] == c
// guesses[n] = the c with the smallest sum over i of (tried[n][i] - centroids[c][i])^2
//   guesses [n_tried]   centroids [n_classes][d_model]   labels [n_fitted]
//   fitted [n_fitted][d_model]   tried [n_tried][d_model]   of equal ones the smaller c
// false, and both outputs untouched, if a label is not below n_classes, if a class has no
// row, or if n_classes is 0
EXERCISE bool nearest_centroid(uint32_t *guesses, double *centroids, const float *fitted,
                               const uint32_t *labels, const float *tried,
                               size_t n_fitted, size_t n_tried, size_t n_classes,
                               size_t d_model)
{
    // your code here
    (void)guesses, (void)centroids, (void)fitted, (void)labels, (void)tried,
        (void)n_fitted, (void)n_tried, (void)n_classes, (void)d_model;
    return false;
}

/*
### The examination

Three rules make it an honest examination. The telegrams that the probe is tried on are
others than those that it was fitted on: they begin with other words, so not even the part
before the bank is the same. They come in twins, one of each sense; a vector that cannot
know is the same in both twins, gets the same guess twice, and is right exactly once. So
**a vector without knowledge scores 50, not about 50**. And the cues are others: the probe is
fitted on telegrams with river, water, fish, money, loan and account, and tried on boat,
reed, wave, cheque, debt and vault. (The model has met all twelve in its training.) What
this last rule is good for we shall see.

::: predict
The static row of "bank" scores 50. Which other vectors will score exactly 50? And the
fillers behind the cue, which say nothing and need nothing: will their vectors know?

:::: answer
The rows of all words but the cue, and in the causal model all that stands before it. And the
fillers hardly know.
::::
:::

The output has three layers: the row; what is *heard*, after the attention has added to it;
and what comes *out*. Where the cue stands before the bank it shows the cue, *bank* and *it*;
where the cue stands after it, all nine positions.

::: {.output section="Which bank? Right guesses in percent, with cues new to the probe" set="distance before"}
:::

![The output of both models at each position, where the cue stands after the bank (position
5). Look at position 3, and at how low both lines lie between the
peaks.](figure:context-probe){#fig-context-probe}

Read the two lines of *bank*. **The row** scores 50: it is one vector for both senses, and
no probe can get two answers out of it. **Causal, cue before**: 100 from the attention on.
The head has heard the cue and added it to the row. **Causal, cue after**: 50 in all three
layers, exactly what the row knew. **Bidirectional**: 100 in both cases.

### Where the meaning arrives

So at which later position *does* the causal model know? At the cue, naturally, whose own
row says it. And then? You might expect: from there on everywhere. The table says: **at
*it*** (100), and hardly at all at the fillers beside it ([51]{.n section="Which bank? Right
guesses in percent, with cues new to the probe" at="6 often:4"} in the output). Nobody asked
them. The translation of *often* is the same whichever bank is meant, so nothing in the
training ever rewarded a filler for listening to a cue. Meaning does not spread through a
sentence like ink. It goes where the training made somebody look for it.

There is one more cell worth a look: the output at the *cue*. Its row knew the sense
([98]{.n section="Which bank? Right guesses in percent, with cues new to the probe"
at="5 reed:2"}), the output seems to have forgotten it ([57]{.n section="Which bank? Right
guesses in percent, with cues new to the probe" at="5 reed:4"}). At the top this position
must say *Schilf* and not *Welle*, which are both of the river. What is needed there is
which word it is, and we read the number so: the part that all river words had in common has
been drowned by it. What a layer makes easy to read is what is asked of it, not all that it
knows.

## Who knows without having learned?

Now the promised control. Take the same block *before* its first step of training: rows and
matrices straight from the random numbers. It has never seen a telegram. Probe it like the
others, once with cues that are new to the probe, as above, and once with the same six cue
words for fitting and trying, which is what one would do without thinking.

::: predict
What does the untrained block score at *bank*, cue before it, with the same cue words?

:::: answer
71 on average, and in one seed 88.
::::
:::

The output has for each kind of cue the mean over the eight seeds, the least and the most.

::: {.output section="Who knows without having learned?"}
:::

[71]{.n section="Who knows without having learned?"} percent, in one seed even
[88]{.n section="Who knows without having learned?"}, from a block that knows nothing. How?
Its attention is nearly even: *bank* hears everybody a little, so a little of the cue's
row is mixed into its vector. The rows of *river* and *money* are random, but they are
*different* random rows, and the means of three of them and three others are two different
points. The probe does not find out that the river is a river. It finds which six words make
which mean, and learns their sense from the labels that we gave it: the knowledge is ours.

Try the cues that it was not fitted on, and it is gone: [50]{.n section="Who knows without
having learned?"}. In the trained model nothing is gone ([100]{.n section="Who knows without
having learned?" at="output at:4"}), because training moved *boat* near to *river* in the
only respect that counts. That is the difference between a trace and a meaning, and only the
second kind of examination shows it. Two lines further down you see the same in the table
itself: the cue's own row gives away the sense of new cues in the trained table
([98]{.n section="Who knows without having learned?" at="cue's row:4"}) and not in the
untrained one ([53]{.n section="Who knows without having learned?"}, and one seed far from
50: with three words against three, luck is large).

The last line is the usual control: labels dealt out at random, twenty times for each of the
eight seeds. The mean is [49]{.n section="Who knows without having learned?"}, as it should
be, and the single trials run from [0]{.n section="Who knows without having learned?"
at="shuffled:2"} to [100]{.n section="Who knows without having learned?" at="shuffled:3"}.
The vectors at *bank* lie in two such tight clouds that whichever cloud got one label too
many pulls its centroid over, and then all guesses are right, or all wrong. Had we shuffled
once, we could have "shown" anything.

::: belief
**"The probe reads it from the vector with 90 percent, so the model knows it."** The vector
lets it be read; that is all. Whether anything *above* the vector reads it is another
question, and so is who brought the knowledge, the model or the probe. Control tasks with
labels that mean nothing were proposed for this reason, and popular probes did not look good
under them [@hewitt2019]. An untrained network is a second control, words that the probe has
not met are a third, and here the third was the one that decided.
:::

## What is left of the row

The stream only adds. So the row of *bank* is still in the output, all of it, as one of
three summands: the row, what the attention brought, what the neurons wrote. How much does it
count for? Here are their lengths, the cosine between the row and the output, and the answer
to a blunt question: take the row out of the output, subtract it, and let the top of the
model translate what is left. ("birth" is the cosine in an untrained block, and "it" that of
the output at *it* with the row of *bank*.)

::: {.output section="What is left of the row in the output at \"bank\""}
:::

The row is the shortest of the three. The neurons write four or five times its length, and
the cosine between *bank* in the table and *bank* at the top is [0.36]{.n section="What is
left of the row in the output at \"bank\""} in the causal model, between
[0.15]{.n section="What is left of the row in the output at \"bank\""} and
[0.53]{.n section="What is left of the row in the output at \"bank\""}: a family likeness.
(The output at *it* has an absolute cosine of [0.16]{.n section="What is left of the row in
the output at \"bank\"" at="causal:5"} with the row of *bank*, which is what rows of 24
numbers have that do not know each other, as chapter 2 would tell you.) And without the row
the model still translates [100]{.n section="What is left of the row in the output at
\"bank\""} percent of all words. So the row *is* in the output, and nobody up there reads
it: what it had to say has been said again, in the language of the answers, by neurons that
read it on the way.

In larger models the drift is as clear. Measured over many sentences, a single static vector
explains less than 5 % of the variance of a word's vectors in any layer of BERT, ELMo or
GPT-2 [@ethayarajh2019, abstract].

What is the stream good for, then? Try `residual=0`: each half replaces the row and adds to
nothing. With the other settings as they are the causal model then learns neither *bank* nor
*it*. With a rate of its own it does better, but in 400 steps none of eight rates brings the
mean loss of all words below 0.052, against 0.039 with the stream (the coin alone makes
$\ln 2 / 18 = 0.0385$: one word of nine, in every other telegram; `controls=1 residual=0`
prints the rates). Give it four times as many steps and
the rate 0.005, and it gets there. So the addition is no source of knowledge. It is what makes
a block easy to train, and with a single block that shows least.

## Say it twice

Is there nothing to be done for the interpreter? There is, and it needs no training and no
change of the model. Let her hear the telegram *twice*. The second *bank* has the whole first
telegram to its left, and in it the cue.

Our model was trained on nine words and has never heard anything twice.

::: predict
What will the probe find at the first *bank*, and what at the second?

:::: answer
A coin at the first, and everything at the second.
::::
:::

::: {.output section="The same telegram, said twice (causal, the cue after the bank)" follows="steps rate distance before residual"}
:::

![Said twice. The first "bank" hears only what stood before it. Follow the long arrow: the
second one hears the cue, although in its own copy the cue still lies
ahead.](drawing:said-twice){alt="The five words then, bank, still, river, it stand in a row,
and then the same five again. Into the first bank leads one short arrow, from then. Into the
second bank leads a long arrow from the river of the first copy. The river of the second
copy stands to the right of it, and no arrow leads back from there."}

From a coin to [100]{.n section="The same telegram, said twice (causal, the cue after the
bank)" at="which bank?:4"} percent, for the price of reading double. The same trick with
real models goes by the name of *echo embeddings*: give a causal model the text two times,
take the vectors of the second copy, and they serve about as well as those of models that
were converted to look both ways [@springer2025]. It works here so smoothly because our
model has no positions; one that was trained on nine positions would have met ten to
eighteen for the first time, and chapter 4 has shown what that can do.

So when does "bank" stop being one vector? **When the cue has been heard, and not before:**
in a causal model from left to right, at the word itself only if the cue came first, later
at whatever word has reason to ask. The table at the bottom never learns of it. It still has
one row.

## What you can now explain {#explain}

- Why a causal model's vector of a token is the same, bit for bit, whatever follows, in any
  number of layers.
- What a block adds to a row, which part of it brings positions together, and which parts
  cannot.
- How the gradient goes through a norm, through neurons, and straight down the stream.
- Why the task decides whether two models with different masks can be compared.
- What a nearest-centroid probe finds, why a block that was never trained can score well
  above 50, and which control shows it.
- Where meaning arrives in a sentence: where training made somebody look for it.
- What is left of the row at the top of the block, and how a text that is said twice lets
  a causal model hear what comes late.

## Three questions to think about

::: think
A telegram has two banks: *river ... bank ... bank ... money*. Our bidirectional model has no
positions. What does it make of the two?

:::: answer
The same vector. Both positions bring the same row, and both hear the same nine words, in
whatever order; so all sums are equal. Without positions a sentence is a bag of words that
hear each other, and "the nearer cue" cannot be expressed. The causal model could tell them
apart, since the second bank hears more than the first (chapter 4: the mask itself breaks the
symmetry).
::::
:::

::: think
Somebody wants sentence vectors from a GPT and takes the mean of its vectors at all
positions. Another one takes the vector at the last position. What does each of them get of
a sentence whose cue stands at its end?

:::: answer
In the mean, every position before the cue contributes what it thought before it knew. The
last position has heard everything; whether it *kept* it depends on what it was trained to
say there. In our telegrams the last word is a filler, and the probe finds next to nothing in
its output. A word at the end that has to answer for the whole sentence must be trained to,
or the sentence be said twice.
::::
:::

::: think
With `before=0` all telegrams of the training have the cue after the bank, so the bank never
had anything to hear. Would you expect the causal model to recognise a cue *before* the bank
in the test?

:::: answer
No gradient ever asked *bank* to look for a cue. But *it* was asked, and the keys and values
that make a cue stand out were trained for it; what *bank* asks for was not, and is whatever
the shared matrices make of its row. Try it: the probe's score varies from seed to seed, and
that is what "not trained for" looks like.
::::
:::

## What to read next

- Ba, Kiros and Hinton [-@ba2016] give the norm in two pages, and He and others
  [-@he2016] the addition, with the curves that made everybody use it.
- Elhage and others [-@elhage2021] take the stream seriously: every part of a transformer
  reads from it and writes to it, and most of the rest follows.
- Ethayarajh [-@ethayarajh2019] measures how far the vectors of a word are from one another,
  layer by layer, in three real models.
- Hewitt and Liang [-@hewitt2019] is the paper to read before one believes a probe, one's
  own first.
- Springer and others [-@springer2025] say it twice.
- Chapter 10 asks how many numbers a row needs.
*/

/*
## Behind the scenes

What follows makes the numbers that you have read: the small tools, the telegrams, the
model and its training, and the functions that print and draw. You need none of it for the
exercises. Look in when you want to know how something was measured.
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
    fputs("09_context: ", stderr);
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
// end of what was carried over

// what was asked for
struct choice {
    uint64_t seed;
    size_t seeds, steps, d, distance;
    double before, rate;
    float residual;
    int mask;
};

static size_t draw_below(size_t n, uint64_t *rng)
{
    return (size_t)(next_uniform(rng) * (double)n);
}

static float *floats(size_t n)
{
    return allocate(n, sizeof(float));
}

/*
### The telegrams

A telegram is made of ids. Of its fillers only some may be used for the first one, of its
cues only some as cue: that is how the telegrams which the probe is tried on differ from
those it was fitted on.
*/

// which words may stand at the beginning, and which may be the cue
struct part {
    size_t first_filler, n_fillers, first_cue, n_cues;
};

static const struct part whole = {0, N_FILLERS, 0, N_CUES};
static const struct part to_fit = {0, N_FILLERS / 2, 0, N_CUES / 2};
static const struct part same_cues = {N_FILLERS / 2, N_FILLERS / 2, 0, N_CUES / 2};
static const struct part other_cues = {N_FILLERS / 2, N_FILLERS / 2, N_CUES / 2,
                                       N_CUES / 2};

static uint32_t draw_cue(size_t sense, const struct part *part, uint64_t *rng)
{
    const size_t k = part->first_cue + draw_below(part->n_cues, rng);
    return (uint32_t)(N_FILLERS + sense * N_CUES + k);
}

static void draw_telegram(uint32_t *ids, size_t sense, size_t at_cue,
                          const struct part *part, uint64_t *rng)
{
    for (size_t t = 0; t < LENGTH; t++)
        ids[t] = (uint32_t)draw_below(N_FILLERS, rng);
    ids[at_cue == 0] = (uint32_t)(part->first_filler + draw_below(part->n_fillers, rng));
    ids[AT_BANK] = BANK;
    ids[AT_IT] = IT;
    ids[at_cue] = draw_cue(sense, part, rng);
}

// the German words: as many as the English ones, and a second one for bank and for it
static void translate(uint32_t *targets, const uint32_t *ids, size_t sense)
{
    for (size_t t = 0; t < LENGTH; t++)
        targets[t] = ids[t] == BANK ? (uint32_t)(UFER + sense)
                     : ids[t] == IT ? (uint32_t)(ES + sense)
                                    : ids[t];
}

/*
### The model

All parameters lie in one array, and their gradients in a second one of the same order. The
names point into the two.
*/

enum { N_ARRAYS = 14, N_LAYERS = 3, MAX_ROWS = 16 * MAX_TOKENS };

struct weights {
    float *wte;                                 // [VOCAB][d]
    float *gain_1, *bias_1, *wq, *wk, *wv, *wo; // [d], and [d][d], in x out
    float *gain_2, *bias_2, *w_up, *w_down;     // [d], and [4 d][d]
    float *gain_3, *bias_3, *lm_head;           // [d], and [d][N_ANSWERS]
};

struct model {
    size_t d, d_hidden, n;
    float residual;                        // the share of the stream that is passed on
    float *params, *grads, *mean, *square; // [n]
    struct weights w, g;
    size_t starts[N_ARRAYS + 1];
};

static void name_weights(struct weights *w, float *base, const size_t *starts)
{
    float **names[N_ARRAYS] = {&w->wte,    &w->gain_1, &w->bias_1, &w->wq,     &w->wk,
                               &w->wv,     &w->wo,     &w->gain_2, &w->bias_2, &w->w_up,
                               &w->w_down, &w->gain_3, &w->bias_3, &w->lm_head};
    for (size_t k = 0; k < N_ARRAYS; k++)
        *names[k] = base + starts[k];
}

static void open_model(struct model *m, const struct choice *choice, uint64_t seed)
{
    const size_t d = choice->d, h = 4 * d;
    const size_t sizes[N_ARRAYS] = {
        VOCAB * d, d, d,     d * d, d * d, d * d, d * d,
        d,         d, h * d, h * d, d,     d,     d * N_ANSWERS};
    *m = (struct model){.d = d, .d_hidden = h, .residual = choice->residual};
    for (size_t k = 0; k < N_ARRAYS; k++)
        m->starts[k + 1] = m->starts[k] + sizes[k];
    m->n = m->starts[N_ARRAYS];
    m->params = floats(4 * m->n);
    m->grads = m->params + m->n, m->mean = m->grads + m->n, m->square = m->mean + m->n;
    name_weights(&m->w, m->params, m->starts);
    name_weights(&m->g, m->grads, m->starts);
    for (size_t k = 0; k < N_ARRAYS; k++)
        fill_normal(m->params + m->starts[k], sizes[k], k == 0 ? 0.3f : 0.1f, &seed);
    for (size_t i = 0; i < d; i++) {
        m->w.gain_1[i] = m->w.gain_2[i] = m->w.gain_3[i] = 1.0f;
        m->w.bias_1[i] = m->w.bias_2[i] = m->w.bias_3[i] = 0.0f;
    }
}

static void close_model(struct model *m)
{
    free(m->params);
    m->params = NULL;
}

/*
What a number of telegrams leave behind on their way through the block, at each of their
rows; and the slopes of all that, on the way back.
*/

struct rows {
    float *layer[N_LAYERS];       // x, x' and x'': the stream
    float *normed[3], *q, *k, *v; // [rows][d]
    float *mixed, *added;         // what the attention heard, and what it adds
    float *before;                // what the MLP adds to: x', or a share of it
    float *att, *hidden, *logits; // [rows][MAX_TOKENS], [rows][4 d], [rows][N_ANSWERS]
};

enum { MAX_D = 64 };

static void open_rows(struct rows *r)
{
    float **names[] = {&r->layer[0],  &r->layer[1],  &r->layer[2], &r->normed[0],
                       &r->normed[1], &r->normed[2], &r->q,        &r->k,
                       &r->v,         &r->mixed,     &r->added,    &r->before};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        *names[k] = floats(MAX_ROWS * MAX_D);
    r->att = floats(MAX_ROWS * MAX_TOKENS);
    r->hidden = floats(MAX_ROWS * 4 * MAX_D);
    r->logits = floats(MAX_ROWS * N_ANSWERS);
}

static void close_rows(struct rows *r)
{
    float *all[] = {r->layer[0],  r->layer[1], r->layer[2], r->normed[0], r->normed[1],
                    r->normed[2], r->q,        r->k,        r->v,         r->mixed,
                    r->added,     r->before,   r->att,      r->hidden,    r->logits};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
}

// out[r][o] = sum over i of x[r][i] w[i][o]
static void project(float *restrict out, const float *restrict x, const float *restrict w,
                    size_t n_rows, size_t n_in, size_t n_out)
{
    memset(out, 0, n_rows * n_out * sizeof *out);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t i = 0; i < n_in; i++)
            for (size_t o = 0; o < n_out; o++)
                out[r * n_out + o] += x[r * n_in + i] * w[i * n_out + o];
}

// dx[r][i] += sum over o of dout[r][o] w[i][o]   dw[i][o] += sum over r of x[r][i] dout[r][o]
static void project_backward(float *restrict dx, float *restrict dw,
                             const float *restrict dout, const float *restrict x,
                             const float *restrict w, size_t n_rows, size_t n_in,
                             size_t n_out)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t i = 0; i < n_in; i++) {
            dx[r * n_in + i] += dot(dout + r * n_out, w + i * n_out, n_out);
            for (size_t o = 0; o < n_out; o++)
                dw[i * n_out + o] += x[r * n_in + i] * dout[r * n_out + o];
        }
}

// some telegrams of the same length, one after the other
struct batch {
    const uint32_t *ids;
    size_t n, length;
    bool causal;
};

static void attention_half(struct rows *r, const struct model *m, const struct batch *b)
{
    const size_t d = m->d, n = b->n * b->length;
    project(r->q, r->normed[0], m->w.wq, n, d, d);
    project(r->k, r->normed[0], m->w.wk, n, d, d);
    project(r->v, r->normed[0], m->w.wv, n, d, d);
    for (size_t at = 0; at < n; at += b->length)
        attend(r->mixed + at * d, r->att + at * MAX_TOKENS, r->q + at * d, r->k + at * d,
               r->v + at * d, b->length, d, b->causal);
    project(r->added, r->mixed, m->w.wo, n, d, d);
    for (size_t k = 0; k < n * d; k++)
        r->layer[1][k] = m->residual * r->layer[0][k] + r->added[k];
    for (size_t k = 0; k < n * d; k++)
        r->before[k] = m->residual * r->layer[1][k];
}

// from the ids to the logits, with your functions; false if one of them is not written
static bool forward(struct rows *r, const struct model *m, const struct batch *b)
{
    const size_t d = m->d, n = b->n * b->length;
    for (size_t t = 0; t < n; t++)
        memcpy(r->layer[0] + t * d, m->w.wte + b->ids[t] * d, d * sizeof(float));
    if (!layer_norm(r->normed[0], r->layer[0], m->w.gain_1, m->w.bias_1, n, d))
        return false;
    attention_half(r, m, b);
    if (!layer_norm(r->normed[1], r->layer[1], m->w.gain_2, m->w.bias_2, n, d) ||
        !residual_mlp(r->layer[2], r->hidden, r->before, r->normed[1], m->w.w_up,
                      m->w.w_down, n, d, m->d_hidden) ||
        !layer_norm(r->normed[2], r->layer[2], m->w.gain_3, m->w.bias_3, n, d))
        return false;
    project(r->logits, r->normed[2], m->w.lm_head, n, d, N_ANSWERS);
    return true;
}

// back through one head (chapter 4 has the derivation): the slopes of q, k and v of one
// telegram collect their shares
static void attend_backward(struct rows *slopes, const struct rows *r, size_t at,
                            const struct batch *b, size_t d)
{
    const float scale = 1.0f / sqrtf((float)d), *k = r->k + at * d, *v = r->v + at * d;
    for (size_t t = 0; t < b->length; t++) {
        const size_t heard = b->causal ? t + 1 : b->length, row = (at + t) * d;
        const float *att = r->att + (at + t) * MAX_TOKENS, *dout = slopes->mixed + row;
        float dz[MAX_TOKENS], average = 0.0f;
        for (size_t s = 0; s < heard; s++) {
            dz[s] = dot(dout, v + s * d, d);
            average += att[s] * dz[s];
        }
        for (size_t s = 0; s < heard; s++) {
            const float slope = att[s] * (dz[s] - average) * scale;
            float *dk = slopes->k + (at + s) * d, *dv = slopes->v + (at + s) * d;
            for (size_t i = 0; i < d; i++) {
                slopes->q[row + i] += slope * k[s * d + i];
                dk[i] += slope * r->q[row + i];
                dv[i] += att[s] * dout[i];
            }
        }
    }
}

static void attention_half_backward(struct model *m, struct rows *slopes,
                                    const struct rows *r, const struct batch *b)
{
    const size_t d = m->d, n = b->n * b->length;
    for (size_t k = 0; k < n * d; k++)
        slopes->layer[0][k] += m->residual * slopes->layer[1][k];
    project_backward(slopes->mixed, m->g.wo, slopes->layer[1], r->mixed, m->w.wo, n, d,
                     d);
    for (size_t at = 0; at < n; at += b->length)
        attend_backward(slopes, r, at, b, d);
    project_backward(slopes->normed[0], m->g.wq, slopes->q, r->normed[0], m->w.wq, n, d,
                     d);
    project_backward(slopes->normed[0], m->g.wk, slopes->k, r->normed[0], m->w.wk, n, d,
                     d);
    project_backward(slopes->normed[0], m->g.wv, slopes->v, r->normed[0], m->w.wv, n, d,
                     d);
}

static void clear_slopes(struct rows *slopes, size_t n)
{
    float *all[] = {slopes->layer[0],  slopes->layer[1],  slopes->layer[2],
                    slopes->normed[0], slopes->normed[1], slopes->normed[2],
                    slopes->q,         slopes->k,         slopes->v,
                    slopes->mixed,     slopes->before};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        memset(all[k], 0, n * sizeof(float));
}

// the gradients of the model, from slopes->logits; false if 9.4 is not written
static bool backward(struct model *m, struct rows *slopes, const struct rows *r,
                     const struct batch *b)
{
    const size_t d = m->d, n = b->n * b->length;
    clear_slopes(slopes, n * d);
    memset(m->grads, 0, m->n * sizeof(float));
    project_backward(slopes->normed[2], m->g.lm_head, slopes->logits, r->normed[2],
                     m->w.lm_head, n, d, N_ANSWERS);
    layer_norm_backward(slopes->layer[2], m->g.gain_3, m->g.bias_3, slopes->normed[2],
                        r->layer[2], m->w.gain_3, n, d);
    if (!residual_mlp_backward(slopes->before, slopes->normed[1], m->g.w_up, m->g.w_down,
                               slopes->layer[2], r->hidden, r->normed[1], m->w.w_up,
                               m->w.w_down, n, d, m->d_hidden))
        return false;
    for (size_t k = 0; k < n * d; k++)
        slopes->layer[1][k] = m->residual * slopes->before[k];
    layer_norm_backward(slopes->layer[1], m->g.gain_2, m->g.bias_2, slopes->normed[1],
                        r->layer[1], m->w.gain_2, n, d);
    attention_half_backward(m, slopes, r, b);
    layer_norm_backward(slopes->layer[0], m->g.gain_1, m->g.bias_1, slopes->normed[0],
                        r->layer[0], m->w.gain_1, n, d);
    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < d; i++)
            m->g.wte[b->ids[t] * d + i] += slopes->layer[0][t * d + i];
    return true;
}

/*
The loss of a row is chapter 3's, without the mean: `losses` gets that of each row, and the
logits become slopes, divided by the number of rows.
*/

static double losses_and_slopes(double *losses, float *slopes, const float *logits,
                                const uint32_t *targets, size_t n)
{
    double total = 0.0;
    for (size_t t = 0; t < n; t++) {
        const float *z = logits + t * N_ANSWERS;
        double sum = 0.0, most = -INFINITY, shares[N_ANSWERS];
        for (size_t v = 0; v < N_ANSWERS; v++)
            most = (double)z[v] > most ? (double)z[v] : most;
        for (size_t v = 0; v < N_ANSWERS; v++)
            sum += shares[v] = exp((double)z[v] - most);
        for (size_t v = 0; v < N_ANSWERS; v++)
            slopes[t * N_ANSWERS + v] =
                (float)((shares[v] / sum - (v == targets[t] ? 1.0 : 0.0)) / (double)n);
        losses[t] = log(sum) + most - (double)z[targets[t]];
        total += losses[t];
    }
    return total / (double)n;
}

/*
### Training

A step draws sixteen new telegrams. The optimizer is Adam, as in chapter 4, with the same
schedule: full rate for the first 60 % of the steps, then evenly down to 0. The powers are
kept as products, so that they are the same on every machine.
*/

enum { AT_ONCE = 16, MAX_SEEDS = 32 };

struct workshop {
    const struct choice *choice;
    struct rows r, slopes;
    size_t steps_done, steps_all;
    double start;
};

static void adam_step(struct model *m, double rate, double mean_left, double square_left)
{
    const float step = (float)(rate * sqrt(1.0 - square_left) / (1.0 - mean_left));
    for (size_t k = 0; k < m->n; k++) {
        const float grad = m->grads[k];
        m->mean[k] = 0.9f * m->mean[k] + 0.1f * grad;
        m->square[k] = 0.99f * m->square[k] + 0.01f * grad * grad;
        m->params[k] -= step * m->mean[k] / (sqrtf(m->square[k]) + 1e-8f);
    }
}

// the two places of the cue, before the bank and after it
static size_t place_of(const struct choice *choice, bool before)
{
    return before ? AT_BANK - choice->distance : AT_BANK + choice->distance;
}

static void draw_batch(uint32_t *ids, uint32_t *targets, const struct choice *choice,
                       uint64_t *rng)
{
    for (size_t n = 0; n < AT_ONCE; n++) {
        const bool before = 100.0 * next_uniform(rng) < choice->before;
        const size_t sense = draw_below(2, rng);
        draw_telegram(ids + n * LENGTH, sense, place_of(choice, before), &whole, rng);
        translate(targets + n * LENGTH, ids + n * LENGTH, sense);
    }
}

// One line on the terminal that stays in its place; only with LIVE=1 in the environment.
static void live_line(const struct workshop *w, bool causal, double loss)
{
    const char *live = getenv("LIVE");
    if (live == NULL || strcmp(live, "1") != 0 || w->steps_done % 50 != 0)
        return;
    const double spent = seconds() - w->start, done = (double)w->steps_done;
    fprintf(stderr, "\r%-13s loss %.4f   %5.0f steps/s   %3.0f s left ",
            causal ? "causal" : "bidirectional", loss, done / spent,
            spent / done * ((double)w->steps_all - done));
    fflush(stderr);
}

static void clear_live_line(void)
{
    const char *live = getenv("LIVE");
    if (live != NULL && strcmp(live, "1") == 0)
        fprintf(stderr, "\r%70s\r", "");
}

static bool train(struct model *m, struct workshop *w, uint64_t seed, bool causal,
                  size_t n_steps)
{
    uint32_t ids[AT_ONCE * LENGTH], targets[AT_ONCE * LENGTH];
    double losses[AT_ONCE * LENGTH], mean_left = 1.0, square_left = 1.0;
    uint64_t rng = 1000 + seed;
    const struct batch b = {ids, AT_ONCE, LENGTH, causal};
    open_model(m, w->choice, seed);
    for (size_t step = 0; step < n_steps; step++) {
        draw_batch(ids, targets, w->choice, &rng);
        if (!forward(&w->r, m, &b))
            return false;
        const double loss = losses_and_slopes(losses, w->slopes.logits, w->r.logits,
                                              targets, AT_ONCE * LENGTH);
        if (!backward(m, &w->slopes, &w->r, &b))
            return false;
        const double left = (double)(n_steps - step) / (0.4 * (double)n_steps);
        mean_left *= 0.9, square_left *= 0.99;
        adam_step(m, w->choice->rate * (left < 1.0 ? left : 1.0), mean_left, square_left);
        w->steps_done++;
        live_line(w, causal, loss);
    }
    return true;
}

/*
### Mean, least and most

What is measured for each seed comes together here.
*/

struct tally {
    double sum, least, most;
    size_t n;
};

static void count(struct tally *tally, double value)
{
    tally->least = tally->n == 0 || value < tally->least ? value : tally->least;
    tally->most = tally->n == 0 || value > tally->most ? value : tally->most;
    tally->sum += value;
    tally->n++;
}

static double mean_of(const struct tally *tally)
{
    return tally->sum / (double)tally->n;
}

static double larger(double a, double b)
{
    return a < b || isnan(b) ? b : a;
}

// carried over from chapter 6
// x in a cell of so many letters, a blank before it: with so many decimals, or those that fit
static void print_number(int width, int decimals, double x)
{
    char cell[512];
    while (snprintf(cell, sizeof cell, "%.*f", decimals, x) >= width && decimals > 0)
        decimals--;
    strlen(cell) < (size_t)width ? printf("%*s", width, cell) : printf("%*.0e", width, x);
}
// end of what was carried over

// the mean of what was counted; "-" where nothing was
static void print_mean(int width, int decimals, const struct tally *tally)
{
    tally->n > 0 ? print_number(width, decimals, mean_of(tally))
                 : (void)printf("%*s", width, "-");
}

static void print_tally(int width, int decimals, const struct tally *tally)
{
    print_mean(width, decimals, tally);
    print_number(width, decimals, tally->least);
    print_number(width, decimals, tally->most);
}

/*
### Telegrams under the probe

A sample is 64 pairs of twins: the same telegram twice, but for the cue, which is of the
river in the one and of money in the other. All layers of all positions are kept.
*/

enum { N_PROBED = 128, N_SHUFFLES = 20 };

struct sample {
    uint32_t ids[N_PROBED * MAX_TOKENS], senses[N_PROBED];
    float *layer[N_LAYERS]; // [N_PROBED][length][d]
    float *added;           // [N_PROBED][length][d]: what the attention added
    uint32_t *said;         // [N_PROBED][length]: the German word with the largest logit
    size_t length, d;
};

static void open_sample(struct sample *s)
{
    for (size_t k = 0; k < N_LAYERS; k++)
        s->layer[k] = floats(N_PROBED * MAX_TOKENS * MAX_D);
    s->added = floats(N_PROBED * MAX_TOKENS * MAX_D);
    s->said = allocate(N_PROBED * MAX_TOKENS, sizeof(uint32_t));
}

static void close_sample(struct sample *s)
{
    for (size_t k = 0; k < N_LAYERS; k++)
        free(s->layer[k]);
    free(s->added);
    free(s->said);
}

// telegrams with their cue before or after the bank, each said once or twice
static void draw_sample(struct sample *s, const struct choice *choice, bool before,
                        const struct part *part, size_t times, uint64_t *rng)
{
    const size_t at_cue = place_of(choice, before);
    s->length = times * LENGTH;
    s->d = choice->d;
    for (size_t n = 0; n < N_PROBED; n += 2) {
        uint32_t *one = s->ids + n * s->length, *twin = one + s->length;
        draw_telegram(one, 0, at_cue, part, rng);
        memcpy(twin, one, LENGTH * sizeof *one);
        twin[at_cue] = draw_cue(1, part, rng);
        for (size_t k = LENGTH; k < s->length; k++)
            one[k] = one[k - LENGTH], twin[k] = twin[k - LENGTH];
        s->senses[n] = 0, s->senses[n + 1] = 1;
    }
}

static uint32_t best_answer(const float *logits)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < N_ANSWERS; v++)
        best = logits[v] > logits[best] ? v : best;
    return best;
}

// runs the telegrams through the model, and keeps what it made of them
static bool fill_sample(struct sample *s, struct workshop *w, const struct model *m,
                        bool causal)
{
    const size_t at_once = 16, row = s->length * s->d;
    for (size_t n = 0; n < N_PROBED; n += at_once) {
        const struct batch b = {s->ids + n * s->length, at_once, s->length, causal};
        if (!forward(&w->r, m, &b))
            return false;
        for (size_t k = 0; k < N_LAYERS; k++)
            memcpy(s->layer[k] + n * row, w->r.layer[k], at_once * row * sizeof(float));
        memcpy(s->added + n * row, w->r.added, at_once * row * sizeof(float));
        for (size_t t = 0; t < at_once * s->length; t++)
            s->said[n * s->length + t] = best_answer(w->r.logits + t * N_ANSWERS);
    }
    return true;
}

static void take_position(float *out, const struct sample *s, size_t layer, size_t t)
{
    for (size_t n = 0; n < N_PROBED; n++)
        memcpy(out + n * s->d, s->layer[layer] + (n * s->length + t) * s->d,
               s->d * sizeof(float));
}

// your probe, fitted on one sample and tried on another: percent of right guesses
static double probe(const struct sample *fitted, const uint32_t *labels,
                    const struct sample *tried, size_t layer, size_t t)
{
    static float fitted_rows[N_PROBED * MAX_D], tried_rows[N_PROBED * MAX_D];
    uint32_t guesses[N_PROBED];
    double centroids[2 * MAX_D];
    size_t right = 0;
    take_position(fitted_rows, fitted, layer, t);
    take_position(tried_rows, tried, layer, t);
    if (!nearest_centroid(guesses, centroids, fitted_rows, labels, tried_rows, N_PROBED,
                          N_PROBED, 2, tried->d))
        return NAN;
    for (size_t n = 0; n < N_PROBED; n++)
        right += guesses[n] == tried->senses[n];
    return 100.0 * (double)right / N_PROBED;
}

static void shuffle(uint32_t *labels, uint64_t *rng)
{
    for (size_t n = N_PROBED - 1; n > 0; n--) {
        const size_t k = draw_below(n + 1, rng);
        const uint32_t kept = labels[n];
        labels[n] = labels[k], labels[k] = kept;
    }
}

/*
### Everything that is measured
*/

enum mask { CAUSAL, BOTH_WAYS, N_MASKS };
enum cues { SAME_CUES, OTHER_CUES, N_CUE_SETS };
enum { AFTER, BEFORE, N_PLACES };

static const char *const mask_name[N_MASKS] = {"causal", "bidirectional"};

// what the probe finds in models of one mask, trained or not
struct probed {
    struct tally right[N_PLACES][N_CUE_SETS][N_LAYERS][LENGTH];
    struct tally shuffled; // output at the bank, cue before it
};

struct report {
    struct probed trained[N_MASKS], untrained[N_MASKS];
    struct tally loss[N_MASKS][N_PLACES][3]; // bank, it, all others
    struct tally gap[N_MASKS][LENGTH];       // twins, cue after the bank
    struct tally row_length[N_MASKS], added_length[N_MASKS], mlp_length[N_MASKS];
    struct tally cosine[2][N_MASKS], stranger[2][N_MASKS]; // untrained, trained
    struct tally whole[N_MASKS], without[N_MASKS];
    struct tally echo[2][2]; // probe and translation; first and second
};

struct samples {
    struct sample fitted, tried;
};

static void measure_shuffles(struct tally *tally, const struct samples *s, uint64_t *rng)
{
    uint32_t labels[N_PROBED];
    memcpy(labels, s->fitted.senses, sizeof labels);
    for (size_t k = 0; k < N_SHUFFLES; k++) {
        shuffle(labels, rng);
        count(tally, probe(&s->fitted, labels, &s->tried, N_LAYERS - 1, AT_BANK));
    }
}

// both places of the cue, both sets of cues, all layers, all positions
static bool measure_probes(struct probed *p, struct workshop *w, struct samples *s,
                           const struct model *m, enum mask mask, uint64_t seed)
{
    const struct part *parts[N_CUE_SETS] = {&same_cues, &other_cues};
    for (int before = 0; before < N_PLACES; before++) {
        uint64_t fitted_rng = 500 + seed;
        draw_sample(&s->fitted, w->choice, before, &to_fit, 1, &fitted_rng);
        if (!fill_sample(&s->fitted, w, m, mask == CAUSAL))
            return false;
        for (int cues = 0; cues < N_CUE_SETS; cues++) {
            uint64_t rng = fitted_rng;
            draw_sample(&s->tried, w->choice, before, parts[cues], 1, &rng);
            if (!fill_sample(&s->tried, w, m, mask == CAUSAL))
                return false;
            for (size_t layer = 0; layer < N_LAYERS; layer++)
                for (size_t t = 0; t < LENGTH; t++)
                    count(&p->right[before][cues][layer][t],
                          probe(&s->fitted, s->fitted.senses, &s->tried, layer, t));
            if (before == BEFORE && cues == SAME_CUES)
                measure_shuffles(&p->shuffled, s, &rng);
        }
    }
    return true;
}

static size_t kind_of_position(uint32_t id)
{
    return id == BANK ? 0 : id == IT ? 1 : 2;
}

// the mean loss of 128 telegrams at the bank, at it, and elsewhere
static void measure_losses(struct report *report, struct workshop *w,
                           const struct model *m, enum mask mask)
{
    for (int before = 0; before < N_PLACES; before++) {
        uint32_t ids[AT_ONCE * LENGTH], targets[AT_ONCE * LENGTH];
        double losses[AT_ONCE * LENGTH], sums[3] = {0};
        uint64_t rng = 99;
        for (size_t round = 0; round < N_PROBED / AT_ONCE; round++) {
            struct choice choice = *w->choice;
            choice.before = before ? 100.0 : 0.0;
            draw_batch(ids, targets, &choice, &rng);
            forward(&w->r, m, &(struct batch){ids, AT_ONCE, LENGTH, mask == CAUSAL});
            losses_and_slopes(losses, w->slopes.logits, w->r.logits, targets,
                              AT_ONCE * LENGTH);
            for (size_t t = 0; t < AT_ONCE * LENGTH; t++)
                sums[kind_of_position(ids[t])] += losses[t];
        }
        const double n[3] = {N_PROBED, N_PROBED, N_PROBED * (LENGTH - 2.0)};
        for (size_t k = 0; k < 3; k++)
            count(&report->loss[mask][before][k], sums[k] / n[k]);
    }
}

static double length_of(const float *x, size_t d)
{
    return sqrt((double)dot(x, x, d));
}

static double cosine(const float *a, const float *b, size_t d)
{
    return (double)dot(a, b, d) / (length_of(a, d) * length_of(b, d));
}

// the largest gap of any twins at each position, where the cue stands after the bank
static void measure_gaps(struct tally *gaps, const struct sample *s)
{
    float gap[LENGTH], most[LENGTH] = {0};
    const size_t size = LENGTH * s->d;
    for (size_t n = 0; n < N_PROBED; n += 2) {
        const float *one = s->layer[N_LAYERS - 1] + n * size;
        if (!context_gap(gap, one, one + size, LENGTH, s->d))
            return;
        for (size_t t = 0; t < LENGTH; t++)
            most[t] = gap[t] > most[t] ? gap[t] : most[t];
    }
    for (size_t t = 0; t < LENGTH; t++)
        count(&gaps[t], (double)most[t]);
}

// how alike the row and the output at the bank are; and the row of the bank and the output
// at `it`, which has nothing to do with that row
static void measure_cosines(struct report *report, const struct sample *s, bool trained,
                            enum mask mask)
{
    const float *bank = s->layer[0] + AT_BANK * s->d, *out = s->layer[N_LAYERS - 1];
    double same = 0.0, stranger = 0.0;
    for (size_t n = 0; n < N_PROBED; n++) {
        const float *telegram = out + n * LENGTH * s->d;
        same += cosine(bank, telegram + AT_BANK * s->d, s->d) / N_PROBED;
        stranger += fabs(cosine(bank, telegram + AT_IT * s->d, s->d)) / N_PROBED;
    }
    count(&report->cosine[trained][mask], same);
    count(&report->stranger[trained][mask], stranger);
}

// the three summands of the output at the bank
static void measure_summands(struct report *report, const struct sample *s,
                             enum mask mask)
{
    double sums[3] = {0};
    for (size_t n = 0; n < N_PROBED; n++) {
        const size_t at = (n * LENGTH + AT_BANK) * s->d;
        float mlp[MAX_D];
        for (size_t i = 0; i < s->d; i++)
            mlp[i] = s->layer[2][at + i] - s->layer[1][at + i];
        sums[0] += length_of(s->layer[0] + at, s->d) / N_PROBED;
        sums[1] += length_of(s->added + at, s->d) / N_PROBED;
        sums[2] += length_of(mlp, s->d) / N_PROBED;
    }
    count(&report->row_length[mask], sums[0]);
    count(&report->added_length[mask], sums[1]);
    count(&report->mlp_length[mask], sums[2]);
}

// percent of the words that are translated right, all positions, from rows of outputs
static double percent_right(const float *out, const struct sample *s,
                            const struct model *m)
{
    static float normed[LENGTH * MAX_D], logits[LENGTH * N_ANSWERS];
    size_t right = 0;
    for (size_t n = 0; n < N_PROBED; n++) {
        uint32_t targets[LENGTH];
        translate(targets, s->ids + n * LENGTH, s->senses[n]);
        layer_norm(normed, out + n * LENGTH * s->d, m->w.gain_3, m->w.bias_3, LENGTH,
                   s->d);
        project(logits, normed, m->w.lm_head, LENGTH, s->d, N_ANSWERS);
        for (size_t t = 0; t < LENGTH; t++)
            right += best_answer(logits + t * N_ANSWERS) == targets[t];
    }
    return 100.0 * (double)right / (N_PROBED * LENGTH);
}

// the same from the outputs as they are, and with the row of the table taken out of them
static void measure_without_row(struct report *report, struct sample *s,
                                const struct model *m, enum mask mask)
{
    count(&report->whole[mask], percent_right(s->layer[2], s, m));
    for (size_t k = 0; k < N_PROBED * LENGTH * s->d; k++)
        s->layer[2][k] -= s->layer[0][k];
    count(&report->without[mask], percent_right(s->layer[2], s, m));
}

static bool measure_rows(struct report *report, struct workshop *w, struct samples *s,
                         const struct model *m, enum mask mask, bool trained)
{
    uint64_t rng = 77;
    draw_sample(&s->tried, w->choice, true, &whole, 1, &rng);
    if (!fill_sample(&s->tried, w, m, mask == CAUSAL))
        return false;
    measure_cosines(report, &s->tried, trained, mask);
    if (!trained)
        return true;
    measure_summands(report, &s->tried, mask);
    measure_without_row(report, &s->tried, m, mask);
    draw_sample(&s->tried, w->choice, false, &whole, 1, &rng);
    if (!fill_sample(&s->tried, w, m, mask == CAUSAL))
        return false;
    measure_gaps(report->gap[mask], &s->tried);
    return true;
}

// telegrams said twice, the cue after the bank: probe and translation at both banks
static bool measure_echo(struct report *report, struct workshop *w, struct samples *s,
                         const struct model *m, uint64_t seed)
{
    uint64_t rng = 700 + seed;
    draw_sample(&s->fitted, w->choice, false, &to_fit, 2, &rng);
    draw_sample(&s->tried, w->choice, false, &other_cues, 2, &rng);
    if (!fill_sample(&s->fitted, w, m, true) || !fill_sample(&s->tried, w, m, true))
        return false;
    for (size_t k = 0; k < 2; k++) {
        const size_t t = AT_BANK + k * LENGTH;
        size_t right = 0;
        count(&report->echo[0][k],
              probe(&s->fitted, s->fitted.senses, &s->tried, N_LAYERS - 1, t));
        for (size_t n = 0; n < N_PROBED; n++)
            right += s->tried.said[n * s->tried.length + t] == UFER + s->tried.senses[n];
        count(&report->echo[1][k], 100.0 * (double)right / N_PROBED);
    }
    return true;
}

/*
### Pictures
*/

// which positions each position hears, in one telegram
static void draw_heard(struct workshop *w, const struct model *m, enum mask mask)
{
    uint64_t rng = 4;
    uint32_t ids[LENGTH];
    draw_telegram(ids, 0, place_of(w->choice, false), &whole, &rng);
    const struct batch b = {ids, 1, LENGTH, mask == CAUSAL};
    FILE *figure =
        open_figure(mask == CAUSAL ? "context-heard-causal" : "context-heard-both");
    if (figure == NULL || !forward(&w->r, m, &b))
        return;
    fprintf(figure,
            "# kind: heat\n# title: Who hears whom, %s\n# x: is heard\n# y: hears\n",
            mask_name[mask]);
    for (size_t t = 0; t < LENGTH; t++)
        fprintf(figure, "\t%zu %s", t, words[ids[t]]);
    for (size_t t = 0; t < LENGTH; t++) {
        fprintf(figure, "\n%zu %s", t, words[ids[t]]);
        for (size_t s = 0; s < LENGTH; s++)
            fprintf(figure, "\t%.2f", (double)w->r.att[t * MAX_TOKENS + s]);
    }
    fprintf(figure, "\n");
    fclose(figure);
}

// what the probe finds at each position, cue after the bank
static void draw_probes(const struct report *report)
{
    FILE *figure = open_figure("context-probe");
    if (figure == NULL)
        return;
    fprintf(figure, "# kind: lines\n# title: Which bank? The cue stands after it\n"
                    "# x: position\n# y: right guesses (percent)\n"
                    "position\tcausal\tbidirectional\n");
    for (size_t t = 0; t < LENGTH; t++) {
        fprintf(figure, "%zu", t);
        for (int mask = 0; mask < N_MASKS; mask++) {
            const struct tally *right =
                &report->trained[mask].right[AFTER][OTHER_CUES][N_LAYERS - 1][t];
            right->n > 0 ? fprintf(figure, "\t%.1f", mean_of(right))
                         : fprintf(figure, "\t");
        }
        fprintf(figure, "\n");
    }
    fclose(figure);
}

/*
### What is printed
*/

// Four random numbers each; the first six rows are one text, the last three another ending.
static const float text_rows[9 * 4] = {
    -2.3104118f,    -0.373250861f, -1.06081668f,    0.999509355f,  // token 0
    -0.884025005f,  -1.27554693f,  -0.62322458f,    -0.866441602f, // token 1
    0.238718058f,   0.733528369f,  -1.32188183f,    1.31481137f,   // token 2
    -1.48749564f,   -0.71357534f,  0.519998663f,    -0.95288564f,  // token 3
    0.674857544f,   1.04686538f,   0.154295179f,    -0.749891523f, // token 4
    -0.7233897f,    0.0863698924f, -1.7464049f,     1.04101246f,   // token 5
    -0.0404210875f, 0.288116827f,  -0.00753730796f, -0.914495452f, // the other ending
    -1.08858365f,   -0.266596305f, 0.189423461f,    -0.219022811f,
    2.05759127f,    -0.035421883f, 0.0627188296f,   -0.766306281f,
};

// a gap of exactly 0 is printed as 0, any other with decimals
static void print_gap(int width, int decimals, double gap)
{
    gap == 0.0 ? (void)printf("%*s", width, "0") : print_number(width, decimals, gap);
}

static bool show_endings(bool causal)
{
    float other[6 * 4], out[6 * 4], other_out[6 * 4], att[6 * MAX_TOKENS], gap[6];
    memcpy(other, text_rows, 3 * 4 * sizeof *other);
    memcpy(other + 3 * 4, text_rows + 6 * 4, 3 * 4 * sizeof *other);
    attend(out, att, text_rows, text_rows, text_rows, 6, 4, causal);
    attend(other_out, att, other, other, other, 6, 4, causal);
    if (!context_gap(gap, out, other_out, 6, 4))
        return false;
    printf("%-12s", causal ? "causal mask" : "no mask");
    for (size_t t = 0; t < 6; t++)
        print_gap(5, 2, (double)gap[t]);
    printf("\n");
    return true;
}

static void show_two_endings(void)
{
    heading("The same token before two endings");
    printf("gap at token%5d%5d%5d%5d%5d%5d\n", 0, 1, 2, 3, 4, 5);
    if (!show_endings(true) || !show_endings(false))
        waits_for("9.1", "context_gap");
}

static void show_layer_norm(void)
{
    const float rows[3 * 4] = {1, 2, 4, 5, 100, 200, 400, 500, 101, 102, 104, 105};
    const float gain[4] = {1, 1, 1, 1}, bias[4] = {0, 0, 0, 0};
    float out[3 * 4];
    heading("Layer norm");
    if (!layer_norm(out, rows, gain, bias, 3, 4)) {
        waits_for("9.2", "layer_norm");
        return;
    }
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < 4; i++)
            printf(i == 0 ? "%3g" : "%4g", (double)rows[t * 4 + i]);
        printf(" ->");
        for (size_t i = 0; i < 4; i++)
            printf("%6.2f", (double)out[t * 4 + i]);
        printf("\n");
    }
}

static void print_pair(const char *name, const float *pair)
{
    printf("%s %g %g", name, (double)pair[0], (double)pair[1]);
}

// the example of the exercises; false if one of the two is not written
static bool show_neurons(void)
{
    const float x[2] = {10, 20}, normed[2] = {1, -1}, dout[2] = {1, 2};
    const float w_up[4] = {3, 1, 0, 5}, w_down[4] = {0.5f, 1, 7, 7};
    float out[2], hidden[2], dx[2] = {0}, dnormed[2] = {0}, dw_up[4] = {0},
                             dw_down[4] = {0};
    if (!residual_mlp(out, hidden, x, normed, w_up, w_down, 1, 2, 2)) {
        waits_for("9.3", "residual_mlp");
        return false;
    }
    print_pair("there", out);
    if (!residual_mlp_backward(dx, dnormed, dw_up, dw_down, dout, hidden, normed, w_up,
                               w_down, 1, 2, 2)) {
        printf("\n");
        waits_for("9.4", "residual_mlp_backward");
        return false;
    }
    print_pair("; back: dx", dx);
    print_pair(", dnormed", dnormed);
    print_pair("\ndw_up", dw_up);
    print_pair(", dw_down", dw_down);
    printf("\n");
    return true;
}

// the loss with one parameter moved
static double nudged_loss(struct workshop *w, struct model *m, const struct batch *b,
                          const uint32_t *targets, size_t k, float by)
{
    double losses[AT_ONCE * LENGTH];
    const float kept = m->params[k];
    m->params[k] = kept + by;
    forward(&w->r, m, b);
    m->params[k] = kept;
    return losses_and_slopes(losses, w->slopes.logits, w->r.logits, targets,
                             b->n * b->length);
}

static const char *missing_for_training(void)
{
    const float one[1] = {1};
    float out[1], hidden[1], slopes[4] = {0};
    if (!layer_norm(out, one, one, one, 1, 1))
        return "exercise 9.2, layer_norm (make hint E=9.2)";
    if (!residual_mlp(out, hidden, one, one, one, one, 1, 1, 1))
        return "exercise 9.3, residual_mlp (make hint E=9.3)";
    if (!residual_mlp_backward(slopes, slopes + 1, slopes + 2, slopes + 3, one, hidden,
                               one, one, one, 1, 1, 1))
        return "exercise 9.4, residual_mlp_backward (make hint E=9.4)";
    return NULL;
}

// the largest |gradient - slope by nudging| of an array, over its largest gradient
static double disagreement(struct workshop *w, struct model *m, const struct batch *b,
                           const uint32_t *targets, size_t array, uint64_t *rng)
{
    const size_t from = m->starts[array], n = m->starts[array + 1] - from;
    const float by = 1.0f / 256.0f;
    double largest = 0.0, worst = 0.0;
    for (size_t k = from; k < from + n; k++)
        largest = larger(largest, fabs((double)m->grads[k]));
    for (size_t tries = 0; tries < 16; tries++) {
        const size_t k = from + draw_below(n, rng);
        const double up = nudged_loss(w, m, b, targets, k, by);
        const double down = nudged_loss(w, m, b, targets, k, -by);
        worst =
            larger(worst, fabs((up - down) / (2.0 * (double)by) - (double)m->grads[k]));
    }
    return worst / largest;
}

// the largest disagreement of all arrays; NAN if the model does not run yet
static double worst_disagreement(struct workshop *w, enum mask mask)
{
    uint32_t ids[AT_ONCE * LENGTH], targets[AT_ONCE * LENGTH];
    double losses[AT_ONCE * LENGTH], worst = 0.0;
    uint64_t rng = 5;
    struct model m;
    const struct batch b = {ids, AT_ONCE, LENGTH, mask == CAUSAL};
    open_model(&m, w->choice, 3);
    fill_normal(m.params, m.n, 0.3f, &rng);
    draw_batch(ids, targets, w->choice, &rng);
    const bool runs = forward(&w->r, &m, &b);
    if (runs)
        losses_and_slopes(losses, w->slopes.logits, w->r.logits, targets, b.n * LENGTH);
    if (runs && backward(&m, &w->slopes, &w->r, &b))
        for (size_t k = 0; k < N_ARRAYS; k++)
            worst = larger(worst, disagreement(w, &m, &b, targets, k, &rng));
    close_model(&m);
    return runs ? worst : NAN;
}

static void show_nudges(struct workshop *w)
{
    for (int mask = 0; mask < N_MASKS; mask++) {
        const double worst = worst_disagreement(w, (enum mask)mask);
        printf(mask == CAUSAL ? "nudges disagree by " : "and by ");
        worst < 0.01 ? printf("less than 1 %%") : printf("%.0f %%", 100.0 * worst);
        printf(" (%s)\n", mask == CAUSAL ? "causal" : "no mask");
    }
}

static void show_block(struct workshop *w)
{
    heading("The second half of the block, there and back");
    if (show_neurons() && missing_for_training() == NULL)
        show_nudges(w);
}

static const char *const place_name[N_PLACES] = {
    [BEFORE] = "cue before", [AFTER] = "cue after"};

static void show_losses(const struct report *report)
{
    heading("A translator and an interpreter");
    printf("%-20s%9s%8s%5s\n", "loss; a coin: 0.69", "at \"bank\"", "\"it\"", "rest");
    for (int before = N_PLACES; before-- > 0;) {
        printf("%-13s%5s%6s%6s%6s%6s\n", place_name[before], "mean", "min", "max", "mean",
               "mean");
        for (int mask = 0; mask < N_MASKS; mask++) {
            const struct tally *loss = report->loss[mask][before];
            if (loss[0].n == 0)
                continue;
            printf("%-13s", mask_name[mask]);
            print_mean(5, 2, &loss[0]);
            print_number(6, 2, loss[0].least);
            print_number(6, 2, loss[0].most);
            print_mean(6, 2, &loss[1]);
            print_mean(6, 2, &loss[2]);
            printf("\n");
        }
    }
}

// the words of a telegram, for an example
static void show_telegram(uint32_t ids[LENGTH], const struct choice *choice, bool before)
{
    uint64_t rng = 4;
    draw_telegram(ids, 0, place_of(choice, before), &whole, &rng);
}

static void show_gaps(const struct report *report, const struct choice *choice)
{
    uint32_t ids[LENGTH];
    show_telegram(ids, choice, false);
    heading("Twins: the same telegram with another cue after the bank");
    printf("%-14s%10s%16s\n", "largest gap", mask_name[CAUSAL], mask_name[BOTH_WAYS]);
    for (size_t t = 0; t < LENGTH; t++) {
        printf("%zu %-12s", t, words[ids[t]]);
        for (int mask = 0; mask < N_MASKS; mask++) {
            const int width = mask == CAUSAL ? 10 : 16;
            const struct tally *gap = &report->gap[mask][t];
            gap->n > 0 ? print_gap(width, 1, gap->most) : (void)printf("%*s", width, "-");
        }
        printf("\n");
    }
}

// the probe at one position: the row is no matter of the mask, once is enough
static void show_position(const struct report *report, const uint32_t *ids, int before,
                          size_t t)
{
    static const int widths[N_MASKS][N_LAYERS] = {{5, 7, 6}, {5, 8, 7}};
    bool row_is_shown = false;
    printf("%zu %-7s", t, words[ids[t]]);
    for (int mask = 0; mask < N_MASKS; mask++) {
        const struct tally(*right)[LENGTH] =
            report->trained[mask].right[before][OTHER_CUES];
        if (right[0][t].n > 0 && !row_is_shown)
            print_mean(widths[mask][0], 0, &right[0][t]);
        row_is_shown = row_is_shown || right[0][t].n > 0;
    }
    for (int mask = 0; mask < N_MASKS; mask++)
        for (size_t layer = 1; layer < N_LAYERS; layer++)
            print_mean(widths[mask][layer], 0,
                       &report->trained[mask].right[before][OTHER_CUES][layer][t]);
    printf("\n");
}

// where the cue comes first: at the cue, at the bank and at "it"; else at all words
static void show_probes(const struct report *report, const struct choice *choice)
{
    heading("Which bank? Right guesses in percent, with cues new to the probe");
    printf("%-9s%5s%13s%15s\n", "", "", mask_name[CAUSAL], mask_name[BOTH_WAYS]);
    for (int before = N_PLACES; before-- > 0;) {
        const size_t cue = place_of(choice, before);
        uint32_t ids[LENGTH];
        show_telegram(ids, choice, before);
        printf("%-10s%4s%7s%6s%8s%7s\n", place_name[before], "row", "heard", "out",
               "heard", "out");
        for (size_t t = 0; t < LENGTH; t++)
            if (before == AFTER || t == cue || t == AT_BANK || t == AT_IT)
                show_position(report, ids, before, t);
    }
}

static void print_heads(const char *head, const char *first, const char *second)
{
    printf("%-16s%13s%13s\n%-16s", head, first, second, "right in %");
    for (int k = 0; k < 2; k++)
        printf("%5s%4s%4s", "mean", "min", "max");
    printf("\n");
}

static void print_percents(const struct tally *tally)
{
    print_mean(5, 0, tally);
    print_number(4, 0, tally->least);
    print_number(4, 0, tally->most);
}

static void print_control(const char *name, const struct probed *p, int before,
                          size_t layer, size_t t)
{
    printf("%-16s", name);
    print_percents(&p->right[before][SAME_CUES][layer][t]);
    print_percents(&p->right[before][OTHER_CUES][layer][t]);
    printf("\n");
}

static void show_controls(const struct report *report, const struct choice *choice)
{
    const enum mask mask = choice->mask == 2 ? BOTH_WAYS : CAUSAL;
    const struct probed *trained = &report->trained[mask];
    const struct probed *untrained = &report->untrained[mask];
    const size_t top = N_LAYERS - 1, at_cue = place_of(choice, true);
    heading("Who knows without having learned?");
    print_heads(mask_name[mask], "same cues", "other cues");
    print_control("output at \"bank\"", trained, BEFORE, top, AT_BANK);
    print_control("  untrained", untrained, BEFORE, top, AT_BANK);
    print_control("the cue's row", trained, BEFORE, 0, at_cue);
    print_control("  untrained", untrained, BEFORE, 0, at_cue);
    printf("%-16s", "labels shuffled");
    print_percents(&trained->shuffled);
    printf("\n");
}

static void show_rows(const struct report *report)
{
    heading("What is left of the row in the output at \"bank\"");
    printf("%30s%12s\n", "length", "right in %");
    printf("%-13s%5s%6s%6s%6s%6s\n", "cue before", "row", "heard", "MLP", "whole",
           "left");
    for (int mask = 0; mask < N_MASKS; mask++) {
        if (report->row_length[mask].n == 0)
            continue;
        printf("%-13s", mask_name[mask]);
        print_mean(5, 1, &report->row_length[mask]);
        print_mean(6, 1, &report->added_length[mask]);
        print_mean(6, 1, &report->mlp_length[mask]);
        print_mean(6, 0, &report->whole[mask]);
        print_mean(6, 0, &report->without[mask]);
        printf("\n");
    }
    printf("%-13s%6s%6s%6s%6s%5s\n", "cosine", "mean", "min", "max", "birth", "\"it\"");
    for (int mask = 0; mask < N_MASKS; mask++) {
        if (report->row_length[mask].n == 0)
            continue;
        printf("%-13s", mask_name[mask]);
        print_tally(6, 2, &report->cosine[true][mask]);
        print_mean(6, 2, &report->cosine[false][mask]);
        print_mean(5, 2, &report->stranger[true][mask]);
        printf("\n");
    }
}

static void show_echo(const struct report *report)
{
    static const char *const names[2] = {"which bank?", "translated"};
    if (report->echo[0][0].n == 0)
        return;
    heading("The same telegram, said twice (causal, the cue after the bank)");
    print_heads("", "first \"bank\"", "the second");
    for (size_t k = 0; k < 2; k++) {
        printf("%-16s", names[k]);
        print_percents(&report->echo[k][0]);
        print_percents(&report->echo[k][1]);
        printf("\n");
    }
}

/*
### All of it, for each mask and each seed
*/

static bool asked_for(const struct choice *choice, enum mask mask)
{
    return choice->mask == 0 || choice->mask == (mask == CAUSAL ? 1 : 2);
}

// one seed: a trained model and an untrained one; false if an exercise is missing
static bool run_seed(struct report *report, struct workshop *w, struct samples *s,
                     enum mask mask, size_t k)
{
    const uint64_t seed = w->choice->seed + k;
    struct model m;
    bool done = train(&m, w, seed, mask == CAUSAL, w->choice->steps) &&
                measure_rows(report, w, s, &m, mask, true);
    if (done) {
        measure_losses(report, w, &m, mask);
        measure_probes(&report->trained[mask], w, s, &m, mask, seed);
        if (mask == CAUSAL)
            measure_echo(report, w, s, &m, seed);
        if (k == 0)
            draw_heard(w, &m, mask);
    }
    close_model(&m);
    if (!done)
        return false;
    open_model(&m, w->choice, seed);
    measure_rows(report, w, s, &m, mask, false);
    measure_probes(&report->untrained[mask], w, s, &m, mask, seed);
    close_model(&m);
    return true;
}

static bool probe_is_written(void)
{
    const float row[2] = {0, 1};
    const uint32_t labels[2] = {0, 1};
    uint32_t guess[1];
    double centroids[2];
    return nearest_centroid(guess, centroids, row, labels, row, 2, 1, 2, 1);
}

static void show_trained(const struct report *report, const struct choice *choice)
{
    float gap;
    show_losses(report);
    if (context_gap(&gap, &gap, &gap, 1, 0))
        show_gaps(report, choice);
    else
        waits_for("9.1", "context_gap");
    if (probe_is_written()) {
        show_probes(report, choice);
        show_controls(report, choice);
        draw_probes(report);
    } else {
        heading("Which bank?");
        waits_for("9.5", "nearest_centroid");
    }
    show_rows(report);
    if (probe_is_written())
        show_echo(report);
}

static void show_chapter(const struct choice *choice)
{
    struct report *report = allocate(1, sizeof *report);
    struct workshop w = {.choice = choice};
    struct samples s;
    open_rows(&w.r), open_rows(&w.slopes), open_sample(&s.fitted), open_sample(&s.tried);
    show_two_endings();
    show_layer_norm();
    show_block(&w);
    fflush(stdout);
    const char *missing = missing_for_training();
    w.start = seconds();
    w.steps_all = choice->seeds * choice->steps * (choice->mask == 0 ? N_MASKS : 1);
    for (int mask = 0; mask < N_MASKS && missing == NULL; mask++)
        for (size_t k = 0; k < choice->seeds && asked_for(choice, (enum mask)mask); k++)
            run_seed(report, &w, &s, (enum mask)mask, k);
    clear_live_line();
    if (missing == NULL)
        show_trained(report, choice);
    else
        printf("\n== A translator and an interpreter\nwaits for %s\n", missing);
    close_sample(&s.tried), close_sample(&s.fitted), close_rows(&w.slopes);
    close_rows(&w.r);
    free(report);
}

/*
### A norm in eight lanes

The plain norm is slower than it need be. Each addition into `mean` waits for the one before
it, four cycles or so, and a compiler must not change the order of a sum of its own accord.
Eight sums side by side do not wait for each other, and fit a vector unit. `make bench`
compares the two on 1,024 rows of 768 numbers, GPT-2's size. The results differ in the last
digits of a `double`, which rounding to `float` hides nearly always.
*/

enum { LANES = 8, BENCH_ROWS = 1024, BENCH_D = 768 };

// sum over i of (x[i] - from)^power, for power 1 or 2
static double sum_in_lanes(const float *x, double from, bool squared, size_t d)
{
    double lanes[LANES] = {0}, sum = 0.0;
    const size_t whole_lanes = d - d % LANES;
    for (size_t i = 0; i < whole_lanes; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            const double step = (double)x[i + k] - from;
            lanes[k] += squared ? step * step : step;
        }
    for (size_t i = whole_lanes; i < d; i++) {
        const double step = (double)x[i] - from;
        sum += squared ? step * step : step;
    }
    for (size_t k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

static void norm_in_lanes(float *restrict out, const float *restrict x,
                          const float *restrict gain, const float *restrict bias,
                          size_t n_tokens, size_t d)
{
    for (size_t t = 0; t < n_tokens; t++) {
        const float *x_t = x + t * d;
        const double mean = sum_in_lanes(x_t, 0.0, false, d) / (double)d;
        const double variance = sum_in_lanes(x_t, mean, true, d) / (double)d;
        const double rate = 1.0 / sqrt(variance + EPSILON);
        for (size_t i = 0; i < d; i++)
            out[t * d + i] = (float)((double)gain[i] * (((double)x_t[i] - mean) * rate) +
                                     (double)bias[i]);
    }
}

static void show_ratio(const char *name, double ratio, bool at_least, double want)
{
    printf("%-58s ~%-8.2f want %s %.2f   %s\n", name, ratio, at_least ? ">=" : "<=", want,
           (at_least ? ratio >= want : ratio <= want) ? "ok" : "MISSED");
}

static void bench_norm(void)
{
    const size_t n = (size_t)BENCH_ROWS * BENCH_D;
    float *x = floats(n), *out = floats(n), *gain = floats(BENCH_D),
          *bias = floats(BENCH_D);
    double plain = INFINITY, lanes = INFINITY;
    uint64_t rng = 1;
    fill_normal(x, n, 1.0f, &rng);
    fill_normal(gain, BENCH_D, 1.0f, &rng);
    for (size_t round = 0; round < 20; round++) {
        const double start = seconds();
        if (!layer_norm(out, x, gain, bias, BENCH_ROWS, BENCH_D))
            break;
        const double between = seconds();
        norm_in_lanes(out, x, gain, bias, BENCH_ROWS, BENCH_D);
        const double end = seconds();
        plain = between - start < plain ? between - start : plain;
        lanes = end - between < lanes ? end - between : lanes;
    }
    if (isfinite(plain))
        show_ratio("norm: time of yours / in eight lanes", plain / lanes, true, 1.5);
    else
        waits_for("9.2", "layer_norm");
    free(bias), free(gain), free(out), free(x);
}

// the fastest of some trainings of fifty steps, in seconds a step
static double time_training(struct workshop *w, bool causal)
{
    double best = INFINITY;
    for (size_t round = 0; round < 8; round++) {
        struct model m;
        const double start = seconds();
        const bool trained = train(&m, w, 1, causal, 50);
        const double spent = (seconds() - start) / 50.0;
        close_model(&m);
        if (!trained)
            return NAN;
        best = spent < best ? spent : best;
    }
    return best;
}

static void show_bench(const struct choice *choice)
{
    struct workshop w = {.choice = choice, .start = seconds(), .steps_all = 1};
    heading("Benchmarks of chapter 9 (a core with vectors of four floats or more)");
    bench_norm();
    open_rows(&w.r), open_rows(&w.slopes);
    const double causal = time_training(&w, true), both = time_training(&w, false);
    if (isnan(causal)) {
        printf("a training step waits for exercises 9.2 to 9.4\n");
    } else {
        printf("one training step of 16 telegrams, causal: ~%.2f ms\n", 1e3 * causal);
        show_ratio("time of a causal step / a bidirectional step", causal / both, false,
                   1.0);
    }
    close_rows(&w.slopes), close_rows(&w.r);
}

/*
### Controls and benchmark
*/

// the mean loss of all words, both places of the cue, for eight rates around the chosen one
static void show_rates(const struct choice *choice)
{
    const double rates[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1};
    struct report *report = allocate(1, sizeof *report);
    struct workshop w = {.start = seconds()};
    open_rows(&w.r), open_rows(&w.slopes);
    printf("%40s\n%19s%7s%7s%7s\n", "loss of all words", "rate", "mean", "min", "max");
    for (int mask = 0; mask < N_MASKS; mask++)
        for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
            struct choice here = *choice;
            struct tally all = {0};
            here.rate = rates[k];
            w.choice = &here;
            for (size_t seed = 0;
                 seed < choice->seeds && asked_for(choice, (enum mask)mask); seed++) {
                struct model m;
                memset(report, 0, sizeof *report);
                if (train(&m, &w, choice->seed + seed, mask == CAUSAL, choice->steps)) {
                    measure_losses(report, &w, &m, (enum mask)mask);
                    double sum = 0.0;
                    for (int before = 0; before < N_PLACES; before++)
                        for (size_t kind = 0; kind < 3; kind++)
                            sum += report->loss[mask][before][kind].sum *
                                   (kind == 2 ? LENGTH - 2.0 : 1.0) / (2.0 * LENGTH);
                    count(&all, sum);
                }
                close_model(&m);
            }
            if (all.n == 0)
                continue;
            printf("%-13s%6.3f", mask_name[mask], rates[k]);
            print_tally(7, 4, &all);
            printf("\n");
            fflush(stdout);
        }
    close_rows(&w.slopes), close_rows(&w.r);
    free(report);
}

/*
## What you can change

The program takes settings: `build/09_context distance=1 before=0`, for example, or
`mask=1 steps=0`. Each has a row in the table below, and `build/09_context settings` prints
them. The numbers in the text are those of the defaults.

::: {.run seeds="2"}
In this page a run trains two models of each kind, not eight, unless you ask for more: a
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
    {"seed", "whole", "1", 1, 1000000, "where the first model begins; the others follow"},
    {"seeds", "whole", "8", 1, 32, "how many models of each kind are trained"},
    {"steps", "whole", "400", 0, 20000,
     "steps of training; 0 leaves the block untrained"},
    {"d", "whole", "24", 2, 64, "numbers in a row"},
    {"mask", "whole", "0", 0, 2, "0: both models, 1: the causal one, 2: the other one"},
    {"distance", "whole", "2", 1, 3, "how far from the bank the cue stands"},
    {"before", "number", "50", 0, 100, "percent of the training with the cue before it"},
    {"rate", "number", "0.02", 0.0001, 1, "the learning rate"},
    {"residual", "number", "1", 0, 1, "the share of the stream that each half passes on"},
    {"controls", "whole", "0", 0, 1, "1: eight learning rates, and nothing else"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static struct choice read_choice(char **args)
{
    return (struct choice){
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .seeds = (size_t)setting_number(settings, args, "seeds"),
        .steps = (size_t)setting_number(settings, args, "steps"),
        .d = (size_t)setting_number(settings, args, "d"),
        .distance = (size_t)setting_number(settings, args, "distance"),
        .before = setting_number(settings, args, "before"),
        .rate = setting_number(settings, args, "rate"),
        .residual = (float)setting_number(settings, args, "residual"),
        .mask = (int)setting_number(settings, args, "mask"),
    };
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const struct choice choice = read_choice(args);
    if (asks_for_bench(args))
        show_bench(&choice);
    else if (setting_number(settings, args, "controls") > 0.0)
        show_rates(&choice);
    else
        show_chapter(&choice);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="9.1"}
What would your loop for the largest do if the first difference is NaN? And what if a later
one is?
:::

::: {.hint exercise="9.1"}
gap[t] = max over i of |a[t][i] - b[t][i]|, beginning with 0. The position t starts at number
t * d_model of both arrays. A difference takes the place of the largest so far if it is
greater, or if it is NaN.
:::

::: {.hint exercise="9.1"}
Loop over t; set gap[t] to 0. Loop over i; take fabsf of the difference. If it is greater
than gap[t] or isnan of it is true, store it. Once gap[t] is NaN, no comparison with it is
true, so it stays. Return true.
:::

::: {.hint exercise="9.2"}
How many times must you go through a row before you can write its first number?
:::

::: {.hint exercise="9.2"}
mean = (1/d) sum of x[i]; variance = (1/d) sum of (x[i] - mean)(x[i] - mean); out[i] =
gain[i] (x[i] - mean) / sqrt(variance + 0.00001) + bias[i]. Gain and bias have no t.
:::

::: {.hint exercise="9.2"}
For each t, three loops over i. The first adds up the row in a double, the second the squares
of the differences from the mean, the third writes: compute in double and round to float at
the very end. Divide both sums by d_model. Return true.
:::

::: {.hint exercise="9.3"}
Which of the two, x or normed, do the neurons read, and which does the output start from?
:::

::: {.hint exercise="9.3"}
hidden[t][j] = the dot product of normed[t] and row j of w_up, or 0 if that is negative.
out[t][i] = x[t][i] + sum over j of hidden[t][j] w_down[j][i]. Row j begins at number
j * d_model in both matrices.
:::

::: {.hint exercise="9.3"}
For each t: copy the d_model numbers of x[t] to out[t]. Then loop over the neurons j: a loop
over i for the dot product, store it in hidden[t][j] (0 if it is below 0), and a second loop
over i that adds hidden[t][j] times row j of w_down to out[t]. Return true.
:::

::: {.hint exercise="9.4"}
For one position and one neuron: how large is the slope of what the neuron said, and who had
a part in it?
:::

::: {.hint exercise="9.4"}
dx[t][i] += dout[t][i], once for each t and i. For each t and j with hidden[t][j] > 0: slope =
sum over i of dout[t][i] w_down[j][i]; then dnormed[t][i] += slope w_up[j][i], dw_up[j][i] +=
slope normed[t][i], dw_down[j][i] += hidden[t][j] dout[t][i].
:::

::: {.hint exercise="9.4"}
First a loop that adds dout to dx; it stands outside the loop over the neurons. Then loops
over t and j. If hidden[t][j] is not greater than 0, continue. A loop over i adds up the
slope; another one makes the three additions. Never set, always add. Return true.
:::

::: {.hint exercise="9.5"}
What can be wrong with the labels, and how do you find it before anything is written?
:::

::: {.hint exercise="9.5"}
centroids[c][i] = (1 / count of c) sum of fitted[n][i] over the n with labels[n] == c.
guesses[n] = the first c for which sum over i of (tried[n][i] - centroids[c][i]) squared is
smallest.
:::

::: {.hint exercise="9.5"}
Refuse n_classes 0. Loop over all labels and refuse one that is too large. For each class
look for one label that is equal to it, and refuse if there is none. Then, class by class:
zeros, add the rows, divide by their number. Then, row by row of tried: keep the smallest
distance and its class, and replace them only by a strictly smaller distance. Return true.
:::
*/
