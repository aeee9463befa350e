/*
# How does a model know the order of its tokens: table, sinusoid, or RoPE? {#positions}

Two headlines: *dog bites man* and *man bites dog*. Same three words, so the same three rows
of the table, and no row knows where its word stood. Somewhere between the table and the
answer a language model must put the order back. This chapter asks how, and whether it still
holds in a text longer than all that the model has met.

![The same three rows for both headlines. Look at the arrows: which position reads which row is
all that differs, and no row knows it.](drawing:headlines){alt="Left, the headline dog bites man, its words at the positions 0, 1 and 2; right, man bites dog. Between them a table with three rows: 1 and 0, 0 and 2, 1 and 1. On the left the arrows run straight, dog to the first row, bites to the second, man to the third. On the right the dashed arrows of man and dog cross, to the third row and to the first."}

You write the part of a transformer (GPT-2 is one) that lets tokens talk to each other, the
attention head, and find, with exact zeros, that by itself it cannot see order. You write the three
remedies of real models: a learned table of positions (GPT-2), a fixed table of sines and cosines
(the first transformer), and rotations (RoPE, in many of today's models). Then they are put to the
test, in five tiny models that are equal in everything else. [Trained on texts of 16 tokens, which
way to tell their order still works in a text of 64?]{.teaser} The answer is not the one that is
usually promised. A paper gives a reason for it [@liu2023], which turns out to be only a part of it.

You need no other chapter for the exercises. A token is an id, an id picks a row of the
table `wte [vocab_size][d_model]`, and a sequence of `n_tokens` ids becomes a matrix
`x [n_tokens][d_model]`, one row a token. The five models learn as chapter 3 says; what their
losses mean is said again where they come. The six exercises build the remedies; in the test you
predict, and look.

`EXERCISE` marks a function that you write: it is weak, so that a finished version can take
its place at link time.
What prints, draws and trains stands at the end of the file, behind the text.
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

/*
## A head asks, and every token answers

In an attention head each token holds three vectors of `d_head` numbers. Its
**query** says what it looks for, its **key** what it offers, and its **value** is
what it hands over. All three are made from the token's row $x_t$, each by a matrix of
its own, `[d_head][d_model]`, which is learned:

$$q_t = W_q\, x_t, \quad k_t = W_k\, x_t, \quad v_t = W_v\, x_t .$$

Stacked, they are three matrices `q`, `k`, `v`, each `[n_tokens][d_head]`. The head
starts from there and does not ask how they were made.

Take three words with two numbers each, and matrices that have learned nothing: let
every word use its own row as query, key and value.

| word | row |
|---|---|
| dog | 1, 0 |
| bites | 0, 2 |
| man | 1, 1 |

*dog* compares its query with every key by a dot product: 1 with itself, 0 with
*bites*, 1 with *man*. These **scores** are divided by the square root of
`d_head`, here √2, which gives 0.7071, 0, 0.7071. The **softmax** makes them into shares
that sum to 1: the exponentials are 2.0281, 1, 2.0281, their sum is 5.0562, the shares
are 0.4011, 0.1978, 0.4011. The output for *dog* is the values mixed in those shares:

$$\begin{aligned}
&0.4011\,(1, 0) + 0.1978\,(0, 2) \\
&\quad + 0.4011\,(1, 1) = (0.8022,\ 0.7967).
\end{aligned}$$

In symbols, with $t$ the position of the token that asks, $s$ the position of
one that answers ($r$ goes through the same positions once more, for the sum), and $d_h$
for `d_head`,

$$\begin{aligned}
a_{ts} &= \frac{\exp(q_t \cdot k_s / \sqrt{d_h})}{\sum_{r} \exp(q_t \cdot k_r / \sqrt{d_h})}, \\
\mathrm{out}_t &= \sum_s a_{ts}\, v_s .
\end{aligned}$$

::: aside
Why the root? A score is a sum of $d_h$ products. If the numbers in it are independent,
with mean 0 and variance 1, each product has variance 1, and the sum has variance $d_h$:
its size is $\sqrt{d_h}$. Divided by that, a score is as large in a wide head as in a
narrow one, and the softmax as soft.
:::

That is one head, complete. A GPT adds one rule, the **causal mask**: token $t$
hears only positions $s \le t$. In training the token after $t$ is the answer that
position $t$ has to predict, and must not be read off; when a text is being written,
the later ones do not exist yet.

![One query, three answers. The query of "dog" meets every key; the scores become shares;
the values are mixed in those shares. Below, all shares of the head when the mask is on:
above the diagonal nobody is heard.](drawing:one-head){alt="Three rows, dog, bites and man. The query (1, 0) of dog with their keys gives the scores 1, 0 and 1, divided by the root of 2 they are 0.7071, 0 and 0.7071, and the shares are 0.4011, 0.1978 and 0.4011. The values (1, 0), (0, 2) and (1, 1), mixed in these shares, give (0.8022, 0.7967). Below, a square of shares with the causal mask: dog hears dog with 1; bites hears dog with 0.0558 and bites with 0.9442; man hears dog with 0.1978, bites with 0.4011 and man with 0.4011; the three places above the diagonal are 0."}
*/

/*
## Exercise 4.1: one attention head {#attention-forward .exercise}

The next experiment runs on this function, and the five models at the end do what it does. It
hands out the shares, too: drawn, they show where a model looks.

Write the shares to `att [n_tokens][n_tokens]`, row $t$ for the token that asks,
and the mixed values to `out [n_tokens][d_head]`. Divide the scores by $\sqrt{d_h}$, and
subtract the row's largest from all of them before you take exponentials: `expf(89)` is
already infinite in `float`, and the factor $e^{-\max}$ cancels. If `causal` is true let token
$t$ hear only the positions 0 to $t$. A later position's score does not count for the largest,
its share is exactly 0, and its value does not enter the sum: not even as 0 times the value,
for 0 times NaN is NaN.
A heard key may be skipped only where its share is exactly 0, never because it is small. Add
in `double` if you can: the zeros of the next experiment are exact then.

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
"Self-attention is permutation-invariant: it treats all positions equally." The intent is
right, the word is not. **Invariant** would mean that a shuffled input gives the same output.
Let us measure.
:::

Write $\Pi$ for a shuffle, so that $\Pi X$ holds the rows of $X$ in another order. Three
things can be compared, and for the other headline the program prints the largest difference
of each:

- the output *matrix* before and after, $\mathrm{out}(\Pi X)$ and $\mathrm{out}(X)$:
  equal if the head is invariant;
- the outputs *word by word*, $\mathrm{out}(\Pi X)$ and $\Pi\,\mathrm{out}(X)$: what *dog*
  gets in one order and what the same *dog* gets in the other;
- the same word by word, with the causal mask on.

::: predict
Before you look: which of the three columns will be zero?

:::: answer
The second, word by word, and exactly so. The first is not, so the head is not invariant.
::::
:::

::: {.output section="A head that cannot see order" set="order mask"}
:::

Shuffle the words, and the outputs are shuffled along, every word keeping its own. The name
for that is
**equivariant**: $\mathrm{out}(\Pi X) = \Pi\,\mathrm{out}(X)$. For a reader of
headlines it is just as bad. *bites* gets the same two numbers whether the dog
bites the man or the man bites the dog, so nothing that is computed from them can
tell the two apart. What *is* invariant is the mean of the outputs, for a mean does not ask which
row stood where: a model without positions and mask that averages its tokens at the end, to get
one vector for a sentence, has lost the order for good.

Why is the zero exact? In the formula $s$ and $t$ appear only as names of rows, and a sum does
not ask in which order its terms come. (A sum of floats may change in the last bit, as chapter
1 says. Here none does.)

### What the mask gives away

The third column is a surprise: with a causal mask a word's output *does* depend on the order,
and nobody added a position anywhere. The mask itself breaks the symmetry: the first token
hears one voice, the second hears two. So the statement "transformers cannot see order without
positional encoding" is false for a GPT: causal models trained with no positions at all come
close to ordinary ones [@haviv2022]. ([At the end](#best-without-order) we
work out how much the mask tells a single layer.)

::: aside
Word order is not the only bookkeeper. Latin marks who bites by the ending of the word:
*canis virum mordet* and *virum mordet canis* are the same bite.
:::

And in the last line of the output: change the last word, and the outputs before it move by
exactly 0. That is the mask's promise.

## Remedy one: a table of positions

The first remedy treats a position like a token: give it a row. GPT-2 has a second
table, `wpe [1024][768]`, that is trained like the first, and its very first
operation is

$$x_t = \mathrm{wte}[\mathrm{id}_t] + \mathrm{wpe}[t].$$

Now *dog* at position 0 and *dog* at position 2 are different vectors before the
head sees them. The cost is 1,024 × 768 = 786,432 **parameters**, numbers that training
moves: about 0.6 % of GPT-2's 124 million. The catch is in the shape: there is no row 1,024. A GPT-2
cannot read a 1,025th token, not badly but not at all.
*/

/*
## Exercise 4.2: add the rows of positions {#add-positions .exercise}

Everything that uses a table, the learned one and the fixed one of the next
section, uses this function. Add row $t$ of `wpe` to row $t$ of `x`, in place. If
there are more tokens than rows, refuse, whatever `d_model` is: return false and leave
*all* of `x` as it was. As many tokens as rows is fine. Rows of `wpe` past the last token
are not used. Otherwise no tokens, or rows of no numbers, are no error: there is nothing
to do, and you return true.

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
// false, and x untouched, if n_tokens is larger than max_seq_len, whatever d_model is;
// else true, also for sizes of 0
EXERCISE bool add_positions(float *x, const float *wpe, size_t n_tokens,
                            size_t max_seq_len, size_t d_model)
{
    // your code here
    (void)x, (void)wpe, (void)n_tokens, (void)max_seq_len, (void)d_model;
    return false;
}

/*
::: {.output section="One row for each position" follows="order mask"}
:::

With the rows of the exercise added, *bites* still hears the same three words in both headlines,
and gets different numbers: where each stood makes the difference.
*/

/*
## Remedy two: a table that nobody trains

Why learn the table? The first transformer used a fixed one [@vaswani2017, sec.
3.5]. Think of a row of clocks. The first hand turns one radian a token, each next one more
slowly, always by the same factor. A position is then the reading of all the hands, and of
each hand we write down two numbers, the sine and the cosine of its angle.

For `d_model` = 4 there are two hands. Hand 0 turns by 1 radian a token, hand 1 by
0.01. At position 2 they stand at 2 and 0.02 radians, so row 2 is

$$\begin{aligned}
&(\sin 2,\ \cos 2,\ \sin 0.02,\ \cos 0.02) \\
&= (0.9093, -0.4161, 0.0200, 0.9998).
\end{aligned}$$

![Two hands at six positions (`d_model` = 4). The sine is how far right the tip stands, the
cosine how far up. Compare the last dial below with the second one above: what the fast hand
shows after 1 token, the slow one shows after 100.](drawing:clocks){.thumb alt="Two rows of dials for the positions 0, 1, 2, 3, 50 and 100, all hands starting upright. Above, hand 0 turns by 1 radian a token and points everywhere. Below, hand 1 turns by 0.01 radian a token: at positions 0 to 3 it seems to stand still, at 50 it has moved by half a radian, at 100 by one radian. The two dials of position 2 are framed, and an arrow leads to row 2 of the table: 0.9093 and -0.4161, how far right and up the tip of hand 0 stands, 0.0200 and 0.9998, the same for hand 1."}

In general, with $d$ for `d_model`, hand $i$ of $d/2$ turns by $\theta_i = 10000^{-2i/d}$
radians a token, and row $p$ of the table $P$ holds

$$P_{p,\,2i} = \sin(p\,\theta_i), \quad P_{p,\,2i+1} = \cos(p\,\theta_i).$$

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
its cosine, and 0 leaves no hand at all: refuse both. Otherwise a table of no rows is no
error.

By hand, `d_model` = 4: row 0 is 0, 1, 0, 1 (every hand at its start), row 1 is
0.84147, 0.54030, 0.01000, 0.99995, and row 2 stands above.
*/

// wpe[p][2i] = sin(p theta_i)   wpe[p][2i+1] = cos(p theta_i)
// theta_i = 10000^(-2i/d_model)
//   wpe [max_seq_len][d_model]   i counts pairs: 0 ... d_model/2 - 1
// false, and wpe untouched, if d_model is 0 or odd; else true, also for max_seq_len 0
EXERCISE bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model)
{
    // your code here
    (void)wpe, (void)max_seq_len, (void)d_model;
    return false;
}

/*
## Two questions to the table

First: how alike are two rows? We take dot products of rows that lie 3 apart, early and late,
forwards and backwards.

Second: is there one rule, the same for every $p$, that makes row $p + k$ out of row $p$? The
inventors hoped that a model would then easily learn to attend by relative position. There is:
every hand moves on by $k\theta_i$, whatever it showed before.

::: predict
P(50)·P(53) looks 3 to the right, P(50)·P(47) looks 3 to the left. Which is larger?

:::: answer
Neither: both are [5.5431]{.n section="A table that nobody trains"}.
::::
:::

::: {.output section="A table that nobody trains" set="distance"}
:::

![The fixed table, one row a position. Read a column from top to bottom: on the left
the hands race, on the right they have hardly moved in 64 tokens.](figure:sinusoid-table){#fig-sinusoid-table}

### Neither left nor right

Three times the same number: the dot product depends on the distance, and neither on the
place nor on the direction. Why? Take one hand, at position $p$ and at position $p + k$. Its
part of the dot product is

$$\begin{aligned}
&\sin(p\theta)\,\sin(p\theta + k\theta) \\
&\quad + \cos(p\theta)\,\cos(p\theta + k\theta) = \cos(k\theta),
\end{aligned}$$

by the addition theorem, which makes the cosine of a difference out of just these four. So $p$
is gone: the whole dot product is $\sum_i \cos(k\theta_i)$, the same for $k$ and $-k$. By
itself the table **cannot tell left from right**. What saves it are the matrices that make
queries and keys. They can learn to turn a row by 3 tokens before it is compared (the last line
of the output moved every row on in this way), and *"which row lies 3 to the left?"* has one
answer.

![How like position 32 are the others, in the wider table drawn above? Look for the symmetry:
10 to the left is as near as 10 to the right.](figure:sinusoid-dots){#fig-sinusoid-dots}

The authors found their fixed table and a learned one "nearly identical" in quality,
and kept the fixed one because it *may* let the model go on past the lengths seen in
training [@vaswani2017, sec. 3.5]. The table goes on for ever. Whether the *model* does, our
models at the end will show.

::: think
How large should the rows of positions be, beside the rows of tokens that they are added to?
Could a learned table start with nothing but zeros?

:::: answer
GPT-2 draws its tokens' rows with the standard deviation 0.02 and its positions' rows with
0.01 [@gpt2code], and adds them as they are. The first transformer multiplied the token's row by $\sqrt{d}$
before it added a position [@vaswani2017, sec. 3.4], and did not say why. The arithmetic
suggests a reason. A row of $d/2$ sines and their cosines has the length $\sqrt{d/2}$, because
each pair gives $\sin^2 + \cos^2 = 1$: that is 16 for their $d = 512$. A token's row drawn with
the standard deviation $1/\sqrt{d}$ has a length of about 1. Added as it is, it would drown;
times $\sqrt{512} = 22.6$, it does not.

A learned table may start with zeros. Every position then begins as its bare token, and each
row is moved by the tokens that stand there. One of the models at the end starts so, and learns.
::::
:::

## Remedy three: turn the pairs

Both remedies add something to the token. The third leaves the token alone and turns
its query and key: rotary position embedding, **RoPE** [@su2021].

Split the `d_head` numbers of a query into pairs and take each pair as a point in
the plane. At position $p$ turn pair $i$ by the angle $p\,\theta_i$, with the same
speeds $\theta_i$ as before. So each pair is a clock again, with one hand; we shall call it a
**dial**, and there are fast dials and slow ones. Turning a point $(a, b)$ by an
angle $\varphi$ gives

$$(a\cos\varphi - b\sin\varphi,\ \ a\sin\varphi + b\cos\varphi).$$

In other words, the pair is multiplied by a 2 × 2 matrix, the turn:

$$\begin{pmatrix} \cos\varphi & -\sin\varphi \\ \sin\varphi & \cos\varphi \end{pmatrix}
\begin{pmatrix} a \\ b \end{pmatrix}.$$

![A turn is a matrix. Its two columns say where the two axes go, and a point goes along: what
was one step to the right and two up is now one step along the first column and two along the
second.](drawing:turn-matrix){alt="Left, a plane. The point (1, 2) is reached by one step to the right and two up. A dotted arc leads from it to the point (-1.1426, 1.9221), which is reached by one solid arrow and two dashed ones. Right, the turn by 1 radian as a matrix: the solid arrow stands below its first column, 0.5403 and 0.8415, the dashed one below its second, -0.8415 and 0.5403. Once the first column and twice the second is (-1.1426, 1.9221)."}

Keys are turned the same way. Values are not: a value is what a token says, and that
need not depend on where it stands.

What is it good for? A dot product does not change when both vectors turn by the
same angle. Turn the query by $m\theta$ and the key by $n\theta$: what counts is the
difference, $(n - m)\theta$. Every vector is turned by its *absolute* position, and the score
sees only the *distance*. And turning keeps lengths: nothing grows or fades.

![One query and one key: not turned, and turned at two places of the text. Look at the arcs:
every arrow points elsewhere, but where the two are 3 apart, the angle between them is the same,
and so is the score.](drawing:turn){alt="Three circles, each with a short solid arrow, the query q, and a longer dashed one, the key k. In the first neither is turned, both stand at position 0, and the score is -1.5. In the second q is at position 5 and k at 2, in the third q at 13 and k at 10. The arrows point in other directions each time, but in the second and the third the angle between them is the same, and so is the score, 1.7672."}

Every layer and every head needs the same sines and cosines. So they are computed once, into
two tables with one row a position and one column a pair: `cosines` and `sines`, both
`[n_positions][d_head / 2]`. ([What a turn costs then](#what-a-rotation-costs) is measured at
the end.)
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
// false, and x untouched, if d_head is 0 or odd; else true, also for 0 tokens or heads
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
$i + d_h/2$. (You will meet the two layouts under the names of two models, "GPT-J style"
for neighbours and "GPT-NeoX style" for halves [@transformers25199].) You will need
both, because a section below mixes them up. All the rest is as in exercise 4.4.

By hand, the same $x = (1, 2, 3, 4)$ at position 1: its numbers 1 and 3, in the dimensions 0
and 2, turn by 1 radian and become -1.9841 and 2.4624; 2 and 4 turn by 0.01 and become
1.9599 and 4.0198. Each number goes back to its own place, so the result is
(-1.9841, 1.9599, 2.4624, 4.0198).
*/

// a = x[t][h][i], b = x[t][h][i + d_head/2]; c, s = cosines[t][i], sines[t][i]
// x[t][h][i] = a c - b s   x[t][h][i + d_head/2] = a s + b c
//   x [n_tokens][n_heads][d_head]   cosines, sines [n_tokens][d_head / 2]
// false, and x untouched, if d_head is 0 or odd; else true, also for 0 tokens or heads
EXERCISE bool rope_half_split(float *x, const float *cosines, const float *sines,
                              size_t n_tokens, size_t n_heads, size_t d_head)
{
    // your code here
    (void)x, (void)cosines, (void)sines, (void)n_tokens, (void)n_heads, (void)d_head;
    return false;
}

/*
![Which numbers turn together? Neighbours above, halves below, for the same (1, 2, 3, 4) at
position 1. Solid arcs turn by 1 radian, dashed ones by 0.01.](drawing:two-layouts){alt="Above, neighbours: an arc joins dimensions 0 and 1, a dashed one 2 and 3; (1, 2, 3, 4) becomes (-1.1426, 1.9221, 2.9599, 4.0298). Below, halves: an arc joins dimensions 0 and 2, a dashed one 1 and 3; the result is (-1.9841, 1.9599, 2.4624, 4.0198)."}

::: {.output section="Two ways to pair the dimensions"}
:::

Exchange the dimensions, turn halves, exchange them back, and the difference to neighbours is 0
(*exchanged*, in the last line): it is one operation under two numberings of the dimensions. A trained model
does not care which: its matrices produce the dimensions in whatever order it was trained with.
It cares very much that the order does not *change*.
*/

/*
## Exercise 4.6: the score without turning anything {#rope-score .exercise}

Is the score really a function of the distance? If we derive it, the answer stands in the
code. Take one pair, query $(q_0, q_1)$ turned by $m\theta$ and key $(k_0, k_1)$ turned by
$n\theta$. Turning both back by $m\theta$ changes no dot product, so turn only the
key, by $\varphi = (n - m)\theta$:

$$\begin{aligned}
&q_0 (k_0 \cos\varphi - k_1 \sin\varphi) \\
&\quad + q_1 (k_0 \sin\varphi + k_1 \cos\varphi) \\
&= (q_0 k_0 + q_1 k_1) \cos\varphi \\
&\quad + (q_1 k_0 - q_0 k_1) \sin\varphi .
\end{aligned}$$

Sum this over all pairs of neighbours. The score is plain: no division by the root of
`d_head`. The distance can be negative, and `size_t` cannot: take the difference in
`double`, and the angle too, as in exercise 4.3. The base is any number from 1 upwards.
Unlike the sinusoid's dot product this one has a sine in it, so left and right can differ. (Where
query and key are equal the factor of the sine is 0, and they do not.)

By hand: $q = (0.5, -1, 2, 0.25)$ at $m = 5$, $k = (1, 2, 3, 4)$ at $n = 2$, base 10,000.

|                          | pair 0   | pair 1   |
|:-------------------------|---------:|---------:|
| $\varphi = (2 - 5)\,\theta_i$ | -3       | -0.03    |
| $q_0 k_0 + q_1 k_1$      | -1.5     | 7        |
| $q_1 k_0 - q_0 k_1$      | -2       | -7.25    |
| $\cos\varphi$            | -0.98999 | 0.99955  |
| $\sin\varphi$            | -0.14112 | -0.03000 |
| part of the score        | 1.7672   | 7.2143   |

The score is 8.9815.
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
## The score sees the distance only

::: belief
"RoPE is a relative encoding: it encodes distances instead of positions." Half of it
is right. The same key at 2 and at 10 is two different vectors. Only the *score* of two turned
vectors has forgotten where they stood.
:::

The program compares scores at three pairs of positions: query at 5 and key at 2, the same distance
8 tokens later, and the distance reversed. Then it makes the mistakes of a port. Meta's own Llama
code turns neighbours, the Hugging Face code halves, so the matrices that make queries and keys must
be reordered on the way from one to the other [@transformers25199]. Whoever forgets it turns vectors
made for neighbours as halves (row *halves*); one can forget it for one of the two matrices (*one
reordered*); and two pieces of code can turn differently (*mixed*: queries as halves, keys as
neighbours).

::: predict
With both in the wrong layout: does the program crash? And do the first two columns still agree?

:::: answer
It does not, and they do. Both are [-7.6400]{.n section="The score sees the distance only"} where
there should be [8.9815]{.n section="The score sees the distance only"}.
::::
:::

::: {.output section="The score sees the distance only" set="distance base" follows="distance"}
:::

Within a layout the first two columns agree, and `rope_score`, which turns nothing, agrees with
neighbours. (The third column shows that the score knows left from right.) The wrong layout is a
layout too, and so is the half wrong one, where both vectors are still turned alike: the score sees
the distance only, and nothing is wrong but the numbers. Mixed, one and the same distance gives two
numbers. None of these crashes, and no message tells. If you ever port a RoPE model, compare its
scores with those of the original: that the first two columns agree rules out the mixture, and no
more.

## Three pictures of a score

What do the three remedies tell a head that has learned nothing? Put one token at 22 positions,
let its row be its query and its key, as for the three words, and compare the two at every pair of
places.

![Left, a learned table before training: nothing to see but the diagonal, for a row is most like
itself. Middle, the sinusoid: bands along the diagonal, so distance is built in, and stripes
across them from the token, which is added in the same place. Right, RoPE: every diagonal is one
single number. All three are the same above the main diagonal and below, for query and key are
one row here. (Each map is shaded from its own lowest score, 0, to its highest, 1.)](figure:scores){#fig-scores}

All three have numbers for position 10, and for position 60 too. **If a model has met only short
texts, does it still know the order in a longer one?** The rest of the chapter answers that.

## Dials that never finish a turn

For RoPE a paper gives this answer [@liu2023]. Dial $i$ needs $2\pi / \theta_i$ tokens for a full
turn. If a model is trained on 4,096 tokens and a dial needs 50,000 for a turn, the model has seen
only the first twelfth of its face. All other angles are new to it, and they come up the moment it
reads further.

::: predict
A head of 128 dimensions has 64 dials. Base 10,000, training length 4,096: how many of
the 64 never finish one turn?

:::: answer
[18]{.n section="Dials that never finish a turn"} of them: in LLaMA 2, a model of these sizes, the
paper blames just their 36 dimensions. (In the head that we are about to train, at length 16, it is
[14]{.n section="Dials that never finish a turn"} of 16.)
::::
:::

::: {.output section="Dials that never finish a turn"}
:::

![Every dial of a head of 128 dimensions. What lies above the level line has not been
round once within the 4,096 tokens of a training text.](figure:dials){#fig-dials}

If unfinished dials are *all* the trouble, a head with base 10,000 must fail past the length of its
training, and a head with base 2, where at length 16 every dial finishes, must not. Let us train
both.

## A model small enough to see through

The task cannot be solved without order and is trivial with it: **say again the token three back**.
Each token is drawn from 16, all equally likely, so there is nothing to learn about the tokens
themselves. The first three positions do not count. A model that gives the right token the share
$p$ pays $-\ln p$: that is its **loss**, counted in *nats*. Guessing, $p = 1/16$, costs
$\ln 16 = 2.7726$ nats a token; a model that knows what stood three back pays 0.

The model is one causal head, `d_model` and `d_head` both 32 (so that RoPE has 16 dials), between
a table of tokens and a table that makes of the head's output one score a token. Its parameters
start at random; training moves each of them a little, again and again, the way that makes the
loss fall; how little, the **learning rate** says. There are five ways to know positions, and we
train each 16 times, from 16 *seeds* of the random numbers. With the same seed all else starts out
the same, bit for bit.

- **no positions**: the causal mask is all it has.
- **learned table**: `wpe` has 64 rows, trained with the rest. It starts with random numbers, and
  once more, as *table, from 0*, with zeros.
- **sinusoid**: `wpe` is your table and never changes.
- **RoPE**: queries and keys turn as neighbours, base 10,000.
- **RoPE, base 2**: the same, but every dial finishes its turn within 16 tokens.

All of them run on your functions (only the head is ours: it does what yours does, and takes
less time). [How they are trained](#model) stands behind the text, complete. Training shows texts
of 16 tokens, positions 0 to 15. The test is 64 fresh texts of 64 tokens, the same for every model:
from position 16 on it has never been there.

## What happens after token 16

::: predict
All models with positions learn the task at length 16. Order the four ways by how well they do
at positions 32 to 63. Does any of them still lose 0?

:::: answer
The learned table is the worst, then come the sinusoid, RoPE, and RoPE with base 2, which
still loses [0.00]{.n section="Say again the token three back" at="base 2:3"}.
::::
:::

::: {.output section="Say again the token three back" set="seeds rate base"}
:::

(In nats, means of the seeds. *Best* and *worst* are single seeds, at positions 32 to 63. *Slopes*:
the largest error of our formulas for the gradient, measured by nudging parameters. *Without order*
is no model: it is [what nobody beats](#best-without-order) who cannot see the order.)

::: {.run seeds="4"}
In this page a run trains four times behind each line, not sixteen times, unless you ask
for more.
:::

![The loss at each position, mean of the seeds. Training ended at position 15.](figure:loss-three-back){#fig-loss-three-back}

Up to position 15 each remedy supplies the order. (And a row added to a row does not blur the token:
the head reads *which* one and *three back* out of one sum of 32 numbers.) How do they lose it
then?

### Three ways to go astray

**The learned table falls off a cliff.** Rows 16 to 63 still hold the numbers they
were born with; training never moved them. The loss jumps to
[5.60]{.n section="Say again the token three back"}, twice that of blind guessing: the
model is not unsure, it is sure and wrong. Zeros are no cure: if the table starts with them,
the loss is [4.38]{.n section="Say again the token three back"}, still worse than guessing.

**The sinusoid goes astray too.** Its rows beyond 15 are well defined, but a rule that works on
sixteen rows need not work on the next. The hope that a fixed table carries a model past its
training length is not borne out here, nor was it by larger tests [@press2022].

**RoPE holds on for a while, and then it depends.** Up to position 31 it is, in the
mean, nearly perfect. Beyond, one seed goes on almost unharmed
([0.04]{.n section="Say again the token three back"}), another loses most of what there is
to know ([2.22]{.n section="Say again the token three back"}).

::: belief
"RoPE generalises to longer sequences." The paper's abstract lists "the flexibility of
sequence length" among its properties [@su2021], and flexible it is: you can compute the angle at
position one million. What the angle means to the model is another matter. Larger studies agree:
with RoPE, models extrapolate poorly, unless something is done about it [@press2022; @chen2023;
@kazemnejad2023].
:::

![What three of the heads look at in the first 30 tokens of a test. The right answer is the
diagonal three to the left; from row 3 to row 15 all three have it. Left, the learned table: below,
the diagonal is gone. Middle, the sinusoid: down to row 15 it has about two thirds of the share
(enough, for the largest decides); below it fades, and echoes of it appear six tokens further back,
one turn of the fastest hand. Right, RoPE: it goes on, down to the last row.](figure:attention){#fig-attention}

**Base 2 stays at [0.00]{.n section="Say again the token three back" at="base 2:3"}**, with
every seed. Same code, same training, one constant changed. So is it the dials?

## What the dials decide

The prediction came true, if late: the head with unfinished dials fails, though in most seeds far
beyond token 16, and the one without does not. But a base changes the speed of all dials but one, so
two bases do not show the reason. We freeze some: a dial that *never turns* keeps the angle 0, in training and in the
test. (Such a run, equal but for the one suspect, is a **control**.) With base 10,000 dials 0 and 1
finish a turn in training (after 6.3 and 11.2 tokens). The next two, 2 and 3, need 19.9 and 35.3
tokens, and dials 4 to 15 need 62.8 and more.

::: predict
Suppose unfinished dials are the trouble. What will the loss at 32 to 63 be if they never turn, so
that only the two finished dials do?

:::: answer
[1.64]{.n section="What the dials decide"}. It was
[0.60]{.n section="What the dials decide"} with them.
::::
:::

::: {.output section="What the dials decide" set="seed"}
:::

Without the unfinished dials the loss *grows* (second row). Those that help are 2 and 3: with 0 to 3
alone it is [0.27]{.n section="What the dials decide"}. That is less than with all, so 4 to 15 do
harm. With 0 and 1 frozen the others learn the task too, and lose [0.72]{.n section="What the dials
decide"} far out. After one turn, and after two, dial 2 stands as at 3. (Make it flat in the test,
as below, and nothing is lost.)

All this is one small task, 16 seeds, 500 steps. The sixteen seeds from 101 on and from 201 on
(`seed=101`) give other digits; what we say of the dials holds for them, too, but for this: from 101
on three heads break at 22 already, and the rival there does as much harm as the one at 47; from 201
on fewer than half of the heads take the step at 47.

### Held in the test

But a dial frozen from the start loses its new angles *and* all that it says at those that it met.
So a second control: all turn and learn as before, and only in the test, every key more than 15 back
gets from some dials the angle that a key 0 back, say, or 20 back would get: the dial is **held**.
The loss at 32 to 63 was [0.60]{.n section="What the dials decide"}; now it is:

::: {.output section="Held in the test"}
:::

(*Level only*: all turn, but the scores beyond 15 move by as much as holding 4 to 15 moves their
mean. *Flat*: all turn, but in each head what these dials add beyond 15, in the mean of the
tokens, is the same at all distances, and on the whole as much as before.)

Hold 4 to 15 as at a distance that training met, and less is lost, down to [0.23]{.n section="Held
in the test" at="4 to 15:5"} as at 15. As at 20, which it never met, they do about as well
([0.23]{.n section="Held in the test" at="4 to 15:6"}); as at 47, worse than turning ([0.74]{.n
section="Held in the test"}). So it is not that an angle is new, but what the dials say at it. As at
15 and 20 most of the gain is the level: to lower all scores beyond 15 by as much leaves [0.33]{.n
section="Held in the test"} and [0.32]{.n section="Held in the test"}. Not all: made flat, with
nothing lowered on the whole, they leave [0.49]{.n section="Held in the test" at="loss:4"}. Nobody
taught them what to say there. So far the paper is right. (But nearly all of it is dial 4's work: 6
to 15, ten of the fourteen unfinished dials, leave the loss about where it was, wherever they are
held.)

And the finished two? Make dial 0 flat, and nothing is lost, [0.00]{.n section="Held in the test"
at="loss:1"}, though all the others turn on. Make all the others flat, and [0.10]{.n section="Held
in the test" at="loss:5"} is left: it takes dial 0, and others that agree with it. Dial 1 is one of
them (with it flat [0.16]{.n section="Held in the test" at="loss:2"}); with 2 and 3 flat more is
lost here, and less with the seeds from 101 and from 201 on. Held as at 3 dials 0 and 1 cost [3.34]{.n section="Held in the
test"}, as at 47, which training never met, hardly less, [3.30]{.n section="Held in the test"}; as
at 20, as new as 47, nothing. What do they say, far out?

### Two dials that agree again

Look where RoPE breaks.

![RoPE, 16 seeds: the best, the mean and the worst at each position. Something happens at
47.](figure:rope-seeds){#fig-rope-seeds}

![What the two finished dials add to the score at each distance, each by itself and both
together, mean of the seeds. Compare distance 3 with 9, with 15, with 47 and with
60.](figure:rope-scores){#fig-rope-scores}

Both finished dials say "here!" at distance 3. Dial 0 says it again each time that it comes round.
At 9 dial 1 says no, and up to 15 the two never agree a second time so well. But 44 tokens are 7.00
turns of dial 0 and 3.94 of dial 1: at distance 47 the one stands where it stood at 3, the other
only 22 degrees short of it, and together they say nearly as much as they did at 3. The first token
that can look 47 back stands at position 47. So it is in most of our 16 heads. (Some break
elsewhere, the worst at 22 already: there dial 0 has come round, too.)

### A control for the story

Again a control: the loss at positions 46 and 47.

::: {.output section="Two dials that agree again"}
:::

(*Met* and *new*: by how much the score at distance 3 exceeds the best of the others that training
met, 0 to 15, and the best of the new ones, 16 to 63; mean of the seeds. In the last line all
turn, and some are flat at this one distance: they add there what they add in the mean beyond 15.)

Where nothing but the two finished dials turns, the loss jumps, from [0.71]{.n section="Two dials
that agree again"} to [2.65]{.n section="Two dials that agree again"}. Where all turn, it jumps from
[0.16]{.n section="Two dials that agree again"} to [0.85]{.n section="Two dials that agree again"}.
Make dials 0 and 1 flat at 47, and the step is gone, [0.18]{.n section="Two dials that agree
again"}; make all the others flat there, and it stays, [0.82]{.n section="Two dials that agree
again"}. It comes from dials that *have* finished, and agree once more.

With dials 2 and 3 (third row) 3 leads over the new ones again, by [1.19]{.n section="Two dials that
agree again"}: at distance 47 these stand 77 and 88 degrees from where they stood at 3. With the
slow ones, too, it leads by less, [0.84]{.n section="Two dials that agree again"}.

![The two heads in which only dials 0 and 1 turn, mean of the seeds.](figure:two-dials){#fig-two-dials}

::: think
The two dials of base 2 turn by 1 and 0.958 radians a token, not by 1 and 0.562, and agree again as
well: at distance 16 they stand 25 and 7 degrees from where they stood at 3. Why does nothing break?
(In the picture: which distance comes nearest to the peak at 3 up to 15, and which beyond?)

:::: answer
Up to 15 it is 9, and 3 leads over it by [2.35]{.n section="Two dials that agree again"}. Beyond it
is 16, and 3 leads by [2.39]{.n section="Two dials that agree again"}. Training asked only that 3
lead over what it *met*. With base 2 that holds for the new ones as well. With base 10,000 the lead
of [3.18]{.n section="Two dials that agree again"}, over 15, becomes
[-0.31]{.n section="Two dials that agree again"} at 47: a wrong distance beats the right one.
::::
:::

### What the experiments say together

| experiment | question | answer |
|:-----|:-----|:---------|
| freeze dials 2 to 15 | do they help? | 2 and 3 do: [0.27]{.n section="What the dials decide"} with them, [1.64]{.n section="What the dials decide"} without; 4 to 15 harm: with all [0.60]{.n section="What the dials decide"} |
| hold 4 to 15 | do their new angles harm? | some do: as at 47 [0.74]{.n section="Held in the test"} is lost, as at 20 [0.23]{.n section="Held in the test" at="4 to 15:6"} |
| make dial 0 flat | does it take a finished one? | where dial 0 turns, yes: with it flat [0.00]{.n section="Held in the test" at="loss:1"} is lost, with all the others flat [0.10]{.n section="Held in the test" at="loss:5"}; where 0 and 1 are frozen, no: dial 2, unfinished, comes round |
| make some flat at 47 | whose is the step there? | that of 0 and 1: with these flat it is gone, [0.18]{.n section="Two dials that agree again"}; with all the others flat it stays, [0.82]{.n section="Two dials that agree again"} |

So two things come together. Dial 0 makes a rival each time that it comes round; whether one wins,
the others decide: in most heads the one at 47 takes the largest share, where dial 1 agrees. Dial 4,
the fastest of the slow ones, moves the new scores up or down, by what it says at angles that nobody taught
it: this part is near the paper's reason. But with dial 0 flat it costs nothing.

Base 2 does well with every seed. Why does not everybody use it? So far we have asked one question.

## The other question

Same models, same training, another task: **say again the first token** of the sequence.
Now the answer does not lie at a fixed distance. It lies at a fixed position.

::: predict
Which way wins this time, and what will the head with base 2 do?

:::: answer
The learned table, with [0.36]{.n section="Say again the first token"} at positions 32 to 63. Base 2
does not learn even length 16 in our 500 steps: [0.78]{.n section="Say again the first token"}.
::::
:::

::: {.output section="Say again the first token"}
:::

![The other task. Now it is the rotations that lie high.](figure:loss-first-token){#fig-loss-first-token}

Tables and rotations have changed places. Row 0 of the learned table is a trained row, every
token can look for it, and it stays where it is however long the text grows. Nearly all that it
loses comes from the token that *asks*: from 16 on that one carries an untrained row. Let it ask
with row 15 instead (*asks as at 15*), and the loss is [0.02]{.n section="Say again the first
token"}. The sinusoid stands in between, and its seeds disagree wildly. RoPE has no place to point
at. All it can do is to score the farther token higher. If that went on, it would be right at 63
too.

![The first token: the score at each distance, mean of the seeds. Training ended at
15.](figure:first-scores){#fig-first-scores}

RoPE's score climbs up to 15, as far as the lesson went; then it falls, and never comes as high
again. So at position 30 the head is sure of a token 15 or 16 back, and far worse than guessing.
Base 2 climbs to 13 only, and 500 steps do not teach it 14 and 15.

At length 16 one dial can decide. With dials 0, 1 and the eight slowest (last row) base 10,000 does
not learn the task in our 500 steps, [1.80]{.n section="Say again the first token"}: in 15 tokens
the fastest of the eight turns by 9 degrees. With dial 2 instead of these, one turn in 19.9 tokens,
it does, [0.00]{.n section="Say again the first token" at="dials 0 to 2:3"}; but this one turns back
beyond, and the loss far out is [9.12]{.n section="Say again the first token"}.
Is there a base between, fast enough for one question and slow enough for the other?

### One base for both?

::: predict
Four bases, from 1 to 10,000. Does one of them answer both questions beyond token 16?

:::: answer
No. Bases 2 and 6 lose nothing three back, to two decimals; but asked for the first token no
base beats guessing by much: the lowest loss at positions 32 to 63, with base 1, is [2.72]{.n
section="From base 1 to base 10,000"}.
::::
:::

::: {.output section="From base 1 to base 10,000"}
:::

The count of finished dials, with which we began, says little: base 6 leaves seven unfinished and
loses nothing three back; with base 1 all sixteen finish, at one speed, and there no base does
worse.

So what still holds in a text of 64, after 500 steps on 16? *How far back*, with rotations, if the
score at the right distance also leads over the new ones. *Which place*, with a table, if the row to
look for was trained, and better if the row that asks was. No way did both. When you read that a
model was "extended" from 2,048 tokens to 32,768, somebody usually changed the angles (for example,
divided all positions by 16) *and trained on*, if only for a thousand steps [@chen2023].

These were models of one layer and one head, on two toy tasks. In a deep model the causal mask adds
information of its own, and language asks both questions at once. The way of asking carries over:
freeze what you suspect, hold it or make it flat, and run again. The numbers do not.

## What you can now explain

- Why a head without positions is equivariant and not invariant, and what a causal mask
  changes about that.
- What a learned table of positions costs, and why it ends where it ends.
- Why the sinusoid's dot products cannot tell left from right although a model that uses it can.
- Why the score of two turned vectors depends on their distance only, and each vector by itself
  does not.
- What the two layouts of RoPE have in common, and what happens if they meet.
- Why "it has a value for every position" and "the model works at every position" are
  two statements.
- What a control is, and what freezing a dial from the start, holding it in the test, and making
  it flat each answer that comparing two bases cannot.

## Three questions to think about

::: think
RoPE turns queries and keys. What would go wrong if it turned the values too?

:::: answer
The output would be a mixture of values turned by the absolute positions of the tokens
they come from. The scores cancel their turns against each other, because a score is made
of two turned vectors. A value meets no partner: nothing cancels, and the same word says
something different at every place. (Turned back by the position of the token that asks, the
output would depend on distances again. RoPE models do not do that.)
::::
:::

::: think
At position 50 our RoPE models lose 0.89 nats, in the mean of all seeds (a point of the
picture of the losses). Could one simply always hide all keys but the last 16?

:::: answer
For "three back", yes. A RoPE score knows distances only, so with the last 16 keys in view
position 50 is, number for number, a position 15 that it was trained on; it is a real
technique, sliding-window attention. For "the first token", no: the answer is out of view from
position 16 on, whatever the weights. Hiding far keys replaces a wrong answer about the
distance by no answer at all.
::::
:::

### Without order {#best-without-order}

::: think
The model without positions beats guessing, because it can prefer what it has heard. But no training
and no number of heads brings one layer without positions below
[1.78]{.n section="Say again the token three back"}, the row *without order*, unless by luck. Why
not? And how can the program know what the best loss is?

:::: answer
The score of $t$ with $s$ depends on the two tokens, and on nothing else. So

$$\mathrm{out}_t = \frac{\sum_{s \le t} \exp(q_t \cdot k_s / \sqrt{d_h})\, v_s}
{\sum_{s \le t} \exp(q_t \cdot k_s / \sqrt{d_h})}$$

depends on the token at $t$ and on *how often* each token has come up to there: exchange two
earlier tokens, and both sums keep their terms. Our tokens are drawn at random, so given these
counts every arrangement of the $t$ earlier tokens is equally likely, and the one three back is
token $x$ with the chance (how often $x$ came) / $t$. Whoever knows the counts alone can, on
average, do no better than to say exactly that. The program counts, and works out what it costs.

Deeper models escape in principle: if every text starts with the same special token, two layers
with a network between them can recover distances [@kazemnejad2023, theorems 1 and 2].
::::
:::

## What to read next

- Vaswani and others [-@vaswani2017, sec. 3.5] give the sinusoid in half a page.
- Su and others [-@su2021] derive the rotation from the wish that scores depend on the
  distance only.
- Press and others [-@press2022] drop rotations and tables and subtract a penalty that
  grows with the distance from the score; they also coined "train short, test long".
- Kazemnejad and others [-@kazemnejad2023] ask it of five schemes on larger tasks than
  ours, and one of their best has no positions at all.
- Chapter 5 goes to the other end of the model, where a second table waits, or the same again.
*/

/*
## Helpers

You can stop reading here: all that follows makes the numbers and the pictures that you have
seen. First what the rest of the program uses: headings, memory, a clock, random numbers.
*/

static const double PI = 3.14159265358979323846;

static void heading(const char *title)
{
    printf("\n== %s\n", title);
}

static void waits_for(const char *exercise, const char *function)
{
    printf("waits for exercise %s, %s (make hint E=%s)\n", exercise, function, exercise);
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

static double row_dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

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

static double turn_length(size_t i, size_t d_head, double base)
{
    return 2.0 * PI * pow(base, 2.0 * (double)i / (double)d_head);
}

/*
## Behind the numbers: the model, by hand {#model}

This is the rest of the contest: the model, its gradient and its training, complete. No
exercise is in here. Read it if you want to know how a network learns without a library.

| parameter | shape | does |
|---|---|---|
| `wte` | `[16][32]` | token to vector |
| `wpe` | `[64][32]` | position to vector, only for the tables |
| `wq`, `wk`, `wv` | `[32][32]` | vector to query, key, value |
| `lm_head` | `[16][32]` | head's output to one score a token |

The learned table starts at half the spread of the tokens, as in GPT-2.

::: aside
The Makefile says `-ffp-contract=off`: a product and a sum are two roundings, on every machine.
Compiled by hand, gcc and clang with `-march=native` make one rounding of the two, and after 500
steps some means of the contest end a few hundredths away.
:::
*/

enum {
    VOCAB = 16,
    WIDTH = 32,
    N_DIALS = WIDTH / 2,
    N_NEAR = 4, // dials that are measured each by itself
    TRAIN_LEN = 16,
    TEST_LEN = 64,
    BACK = 3,
    BATCH = 8,
    N_STEPS = 500,
    N_TESTS = 64,
    N_ROWS = VOCAB + TEST_LEN,   // of wte and wpe together
    AT_ONCE = BATCH * TRAIN_LEN, // positions: 8 sequences of 16, or 2 of 64
    TESTS_AT_ONCE = AT_ONCE / TEST_LEN,
    LANES = 16 // sums that run side by side
};

typedef enum { NO_POSITIONS, LEARNED_TABLE, SINUSOID, ROPE } kind_of_scheme;
typedef enum { THREE_BACK, FIRST_TOKEN } task;

// Dials of RoPE: bit i stands for dial i.
enum { DIALS_0_1 = 3, DIALS_0_2 = 7, DIALS_2_3 = 12, DIALS_2_7 = 252 };
enum { ALL_DIALS = (1 << N_DIALS) - 1, DIALS_4_15 = ALL_DIALS - 15 };

static const float HIDDEN = -1e30f; // too low to be the largest of any scores

// One way to know positions, and how it is trained.
struct scheme {
    const char *name;
    float *map; // room for its attention, where a picture shows it, or NULL
    kind_of_scheme kind;
    double base;    // of RoPE
    uint32_t still; // dials of RoPE that never turn
    double spread;  // with which a learned table starts
    double rate;
};

// Where each parameter starts in the one array that holds them all. The two tables lie one
// behind the other: N_ROWS rows.
enum {
    AT_WTE = 0,
    AT_WPE = AT_WTE + VOCAB * WIDTH,
    AT_WQ = AT_WPE + TEST_LEN * WIDTH,
    AT_WK = AT_WQ + WIDTH * WIDTH,
    AT_WV = AT_WK + WIDTH * WIDTH,
    AT_LM_HEAD = AT_WV + WIDTH * WIDTH,
    N_PARAMS = AT_LM_HEAD + VOCAB * WIDTH
};

typedef struct {
    kind_of_scheme kind;
    float params[N_PARAMS], grads[N_PARAMS];
    float mean[N_PARAMS], square[N_PARAMS]; // what the optimizer remembers
    float cosines[TEST_LEN * N_DIALS], sines[TEST_LEN * N_DIALS];
    float back_sines[TEST_LEN * N_DIALS]; // -sines: turns backwards
    float added[2 * TEST_LEN];            // to each score, by distance: see set_added
    uint32_t
        held; // dials of RoPE that keep one angle at distances that training did not meet,
    size_t held_at;        // that of this distance
    bool late_ask_as_last; // past training, a query uses training's last row of wpe
} model;

// What some sequences leave behind on their way through the model; also the gradients of it.
typedef struct {
    float rows[3][N_ROWS * WIDTH];   // all rows of both tables, times wq, wk and wv
    float heads[3][AT_ONCE * WIDTH]; // q, k and v of each position
    float att[AT_ONCE * TEST_LEN];
    float held[3][TEST_LEN * TEST_LEN]; // q, k and their scores while dials are held
    float out[AT_ONCE * WIDTH];
    float logits[AT_ONCE * VOCAB];
} activations;

// Everything that training needs, in one piece of memory.
typedef struct {
    model m;
    activations a, d;             // of the sequences at hand, and their gradients
    size_t steps_done, steps_all; // in all trainings, for the live line
    double start;
} workshop;

static void fill_normal(float *x, size_t n, double std, uint64_t *state)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)std * draw_normal(state);
}

// Dials that stand still turn nothing: their cosine is 1 and their sine 0 at every position.
static void stop_dials(model *m, uint32_t still)
{
    for (size_t n = 0; n < TEST_LEN * N_DIALS; n++)
        if (still >> n % N_DIALS & 1) {
            m->cosines[n] = 1.0f;
            m->sines[n] = m->back_sines[n] = 0.0f;
        }
}

// What the head adds to the score of t with s stands at [TEST_LEN - 1 - t + s]: to the left of
// the middle what `by_distance` has (NULL: zeros), to the right what hides a later token.
static void set_added(float *added, const double *by_distance)
{
    for (size_t n = 0; n < TEST_LEN; n++) {
        added[TEST_LEN - 1 - n] = by_distance ? (float)by_distance[n] : 0.0f;
        added[TEST_LEN + n] = HIDDEN;
    }
}

static bool attention_is_written(void)
{
    float out[1], att[1];
    const float one[1] = {1.0f};
    return attention_forward(out, att, one, one, one, 1, 1, false);
}

// false if an exercise that the scheme stands on is not written
static bool model_init(model *m, const struct scheme *scheme, uint64_t seed)
{
    memset(m, 0, sizeof *m);
    m->kind = scheme->kind;
    fill_normal(m->params + AT_WTE, VOCAB * WIDTH, 1.0, &seed);
    fill_normal(m->params + AT_WQ, N_PARAMS - AT_WQ, 1.0 / sqrt((double)WIDTH), &seed);
    if (m->kind == LEARNED_TABLE)
        fill_normal(m->params + AT_WPE, TEST_LEN * WIDTH, scheme->spread, &seed);
    rope_table(m->cosines, m->sines, TEST_LEN, WIDTH, scheme->base);
    for (size_t i = 0; i < TEST_LEN * N_DIALS; i++)
        m->back_sines[i] = -m->sines[i];
    stop_dials(m, scheme->still);
    set_added(m->added, NULL);
    return attention_is_written() &&
           (m->kind != SINUSOID || sinusoidal_table(m->params + AT_WPE, TEST_LEN, WIDTH));
}

/*
Forward is a walk along the list of parameters, with one shortcut. A position's row is
$x = E[\mathrm{id}] + P[t]$, and a product with a sum is the sum of the products:
$W x = W E[\mathrm{id}] + W P[t]$. So we multiply the rows of both *tables* by each matrix,
16 + 16 of them, instead of the rows of all 128 positions, and look up afterwards. The
same numbers come out for a quarter of the work. `add_positions` does not mind that the
rows which it adds were multiplied first.

There is one inner loop for all of it, forward and backward: a row of numbers collects other
rows, each times a factor. That is the shape that a vector unit likes: 16 sums run side by
side, none waits for its neighbour, and they stay in registers until the last row has been
added. Four such rows at once share the loading of what they collect.
*/

// sum[n][i] += sum over r of factors[n * per_sum + r * per_row] rows[r][i]
//   for four rows n and LANES columns i   sum [4][width]   rows [n_rows][width]
static void add_lanes(float *restrict sum, const float *restrict rows, size_t width,
                      const float *restrict factors, size_t per_sum, size_t per_row,
                      size_t n_rows)
{
    float sum0[LANES], sum1[LANES], sum2[LANES], sum3[LANES];
    memcpy(sum0, sum, sizeof sum0);
    memcpy(sum1, sum + width, sizeof sum1);
    memcpy(sum2, sum + 2 * width, sizeof sum2);
    memcpy(sum3, sum + 3 * width, sizeof sum3);
    for (size_t r = 0; r < n_rows; r++) {
        const float *row = rows + r * width, *factor = factors + r * per_row;
        for (size_t i = 0; i < LANES; i++) {
            sum0[i] += factor[0] * row[i];
            sum1[i] += factor[per_sum] * row[i];
            sum2[i] += factor[2 * per_sum] * row[i];
            sum3[i] += factor[3 * per_sum] * row[i];
        }
    }
    memcpy(sum, sum0, sizeof sum0);
    memcpy(sum + width, sum1, sizeof sum1);
    memcpy(sum + 2 * width, sum2, sizeof sum2);
    memcpy(sum + 3 * width, sum3, sizeof sum3);
}

// the same for n_sums rows, a multiple of 4, and all columns, a multiple of LANES
static void add_rows(float *sum, size_t n_sums, const float *rows, size_t width,
                     const float *factors, size_t per_sum, size_t per_row, size_t n_rows)
{
    for (size_t n = 0; n < n_sums; n += 4)
        for (size_t c = 0; c < width; c += LANES)
            add_lanes(sum + n * width + c, rows + c, width, factors + n * per_sum,
                      per_sum, per_row, n_rows);
}

// out[r][o] = sum over i of rows[r][i] weight[o][i]
//   out [n_rows][n_out]   rows [n_rows][WIDTH]   weight [n_out][WIDTH]
static void project(float *out, const float *rows, const float *weight, size_t n_rows,
                    size_t n_out)
{
    float turned[WIDTH * TEST_LEN]; // the weights on their side: then we add rows
    for (size_t o = 0; o < n_out; o++)
        for (size_t i = 0; i < WIDTH; i++)
            turned[i * n_out + o] = weight[o * WIDTH + i];
    memset(out, 0, n_rows * n_out * sizeof *out);
    add_rows(out, n_rows, turned, n_out, rows, WIDTH, 1, WIDTH);
}

/*
Two sums are of another kind: the largest of a row, and the sum of a row. Here too 16 run side
by side, and then they are folded in halves. A softmax needs both.
*/

// the sum of LANES numbers, which are used up
static inline float sum_of(float *lanes)
{
    for (size_t lane = 0; lane < 8; lane++)
        lanes[lane] += lanes[lane + 8];
    for (size_t lane = 0; lane < 4; lane++)
        lanes[lane] += lanes[lane + 4];
    for (size_t lane = 0; lane < 2; lane++)
        lanes[lane] += lanes[lane + 2];
    return lanes[0] + lanes[1];
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

// the largest of LANES numbers, which are used up
static inline float largest_of(float *lanes)
{
    for (size_t lane = 0; lane < 8; lane++)
        lanes[lane] = larger(lanes[lane], lanes[lane + 8]);
    for (size_t lane = 0; lane < 4; lane++)
        lanes[lane] = larger(lanes[lane], lanes[lane + 4]);
    for (size_t lane = 0; lane < 2; lane++)
        lanes[lane] = larger(lanes[lane], lanes[lane + 2]);
    return larger(lanes[0], lanes[1]);
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

// x becomes exp(x - its largest); returns the sum
//   x [n], n a multiple of LANES
static inline float exponentials(float *x, size_t n, float *largest)
{
    float top[LANES], sum[LANES] = {0};
    for (size_t lane = 0; lane < LANES; lane++)
        top[lane] = x[lane];
    for (size_t i = LANES; i < n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            top[lane] = larger(top[lane], x[i + lane]);
    const float most = largest_of(top);
    for (size_t i = 0; i < n; i++)
        x[i] = fast_exp(x[i] - most);
    for (size_t i = 0; i < n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            sum[lane] += x[i + lane];
    *largest = most;
    return sum_of(sum);
}

/*
The head is `attention_forward` with its loops turned: all scores of a sequence in one go, then
all exponentials, all shares, and the mixture, four tokens at a time. That computes scores which
the mask hides. They count for nothing: to each a number is added that makes it too low to be the
largest, and its share is set to 0. (0 times a value is 0, as long as no value is NaN or
infinite.) Before the contest the program compares this head with yours.
*/

// attention_forward(out, att, q, k, v, n_tokens, WIDTH, true), if added has zeros and HIDDEN
//   added [2 * TEST_LEN]   n_tokens a multiple of LANES
//   far [n_tokens][n_tokens]: what q . k is at distances that training did not meet, or NULL
static void attend(float *out, float *att, const float *q, const float *k, const float *v,
                   const float *added, const float *far, size_t n_tokens)
{
    const float scale = 1.0f / sqrtf((float)WIDTH);
    float largest, parts[TEST_LEN];
    project(att, q, k, n_tokens, n_tokens);
    for (size_t t = TRAIN_LEN; far && t < n_tokens; t++)
        memcpy(att + t * n_tokens, far + t * n_tokens, (t - TRAIN_LEN + 1) * sizeof *att);
    memset(out, 0, n_tokens * WIDTH * sizeof *out);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < n_tokens; s++)
            att[t * n_tokens + s] =
                att[t * n_tokens + s] * scale + added[TEST_LEN - 1 - t + s];
    for (size_t t = 0; t < n_tokens; t++)
        parts[t] = 1.0f / exponentials(att + t * n_tokens, n_tokens, &largest);
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t s = 0; s < n_tokens; s++)
            att[t * n_tokens + s] *=
                added[TEST_LEN - 1 - t + s] > HIDDEN ? parts[t] : 0.0f;
    for (size_t t = 0; t < n_tokens; t += 4)
        add_rows(out + t * WIDTH, 4, v, WIDTH, att + t * n_tokens, n_tokens, 1, t + 4);
}

static bool has_table(const model *m)
{
    return m->kind == LEARNED_TABLE || m->kind == SINUSOID;
}

// out[t] = rows[ids[t]], plus the row of position t where the model has a table
static bool look_up(float *out, const float *rows, const model *m, const uint32_t *ids,
                    size_t n_tokens)
{
    for (size_t t = 0; t < n_tokens; t++)
        memcpy(out + t * WIDTH, rows + ids[t] * (size_t)WIDTH, WIDTH * sizeof *out);
    return !has_table(m) ||
           add_positions(out, rows + VOCAB * WIDTH, n_tokens, TEST_LEN, WIDTH);
}

static bool turn(float *x, const model *m, const float *sines, size_t n_tokens)
{
    return m->kind != ROPE || rope_interleaved(x, m->cosines, sines, n_tokens, 1, WIDTH);
}

// q, k and v of the sequence that starts at position n of all
static bool make_heads(activations *a, const model *m, const uint32_t *ids, size_t n,
                       size_t n_tokens)
{
    for (size_t i = 0; i < 3; i++)
        if (!look_up(a->heads[i] + n * WIDTH, a->rows[i], m, ids + n, n_tokens))
            return false;
    return turn(a->heads[0] + n * WIDTH, m, m->sines, n_tokens) &&
           turn(a->heads[1] + n * WIDTH, m, m->sines, n_tokens);
}

// Queries past the length of training that are made with the last row that training moved.
static void ask_as_last(activations *a, size_t n_tokens)
{
    float *last = a->rows[0] + (VOCAB + TRAIN_LEN - 1) * WIDTH;
    for (size_t t = TRAIN_LEN; t < n_tokens; t++)
        memcpy(last + (t - TRAIN_LEN + 1) * WIDTH, last, WIDTH * sizeof *last);
}

// out = x, but its held dials stand as at position `at`, whatever the position
//   out, x [TEST_LEN][WIDTH]
static bool hold(float *out, const float *x, const model *m, size_t at)
{
    float cosines[TEST_LEN * N_DIALS], sines[TEST_LEN * N_DIALS];
    for (size_t n = 0; n < TEST_LEN * N_DIALS; n++) {
        const size_t i = n % N_DIALS, to = at * N_DIALS + i;
        const float c = m->cosines[to], s = m->sines[to];
        const bool held = m->held >> i & 1;
        cosines[n] = held ? c * m->cosines[n] + s * m->sines[n] : 1.0f;
        sines[n] = held ? s * m->cosines[n] - c * m->sines[n] : 0.0f;
    }
    memcpy(out, x, TEST_LEN * WIDTH * sizeof *out);
    return rope_interleaved(out, cosines, sines, TEST_LEN, 1, WIDTH);
}

// The scores with the held dials as at distance held_at, in a sequence of TEST_LEN; or NULL.
static const float *held_scores(activations *a, const model *m, const float *q,
                                const float *k)
{
    float(*room)[TEST_LEN * TEST_LEN] = a->held;
    if (!m->held || !hold(room[0], q, m, m->held_at) || !hold(room[1], k, m, 0))
        return NULL;
    project(room[2], room[0], room[1], TEST_LEN, TEST_LEN);
    return room[2];
}

// false if an exercise on the way is not written
//   ids [n_sequences][n_tokens]
static bool forward(activations *a, const model *m, const uint32_t *ids,
                    size_t n_sequences, size_t n_tokens)
{
    const size_t n_rows = VOCAB + (has_table(m) ? n_tokens : 0);
    for (size_t i = 0; i < 3; i++)
        project(a->rows[i], m->params + AT_WTE, m->params + AT_WQ + i * WIDTH * WIDTH,
                n_rows, WIDTH);
    if (m->late_ask_as_last)
        ask_as_last(a, n_tokens);
    for (size_t n = 0; n < n_sequences * n_tokens; n += n_tokens) {
        const size_t at = n * WIDTH;
        if (!make_heads(a, m, ids, n, n_tokens))
            return false;
        const float *q = a->heads[0] + at, *k = a->heads[1] + at, *v = a->heads[2] + at;
        attend(a->out + at, a->att + n * n_tokens, q, k, v, m->added,
               held_scores(a, m, q, k), n_tokens);
    }
    project(a->logits, a->out, m->params + AT_LM_HEAD, n_sequences * n_tokens, VOCAB);
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
    const float wanted = logits[target];
    float largest;
    const float sum = exponentials(logits, VOCAB, &largest), part = scale / sum;
    for (size_t v = 0; v < VOCAB; v++)
        logits[v] *= part;
    logits[target] -= scale;
    return log((double)sum) - (double)(wanted - largest);
}

// The summed loss of a sequence; its logits become the gradient, 0 where there is no answer.
static double sequence_loss(float *logits, const uint32_t *ids, size_t n_tokens,
                            task which, float scale)
{
    double loss = 0.0;
    for (size_t t = 0; t < n_tokens; t++) {
        const uint32_t target = answer(ids, t, which);
        if (target < VOCAB)
            loss += loss_at(logits + t * VOCAB, target, scale);
        else
            memset(logits + t * VOCAB, 0, VOCAB * sizeof *logits);
    }
    return loss;
}

/*
### The gradients

Backward walks the same list from the end. Four rules do all of it. Write $d$ in front of
a name for the gradient of the loss.

**A projection.** If $\mathrm{out}_{to} = x_t \cdot w_o$, then each number of the
gradient of `out` sends its share of $w_o$ to $x_t$ and its share of $x_t$ to $w_o$.

**The mixture.** The output was $\mathrm{out}_t = \sum_s a_{ts} v_s$, so
$da_{ts} = d\mathrm{out}_t \cdot v_s$, and $dv_s$ collects $a_{ts}\, d\mathrm{out}_t$.

**The softmax.** Let $a_s = e^{z_s} / S$ with $S = \sum_r e^{z_r}$, and raise one score
$z_s$ by a tiny $\varepsilon$. Its exponential grows by the factor $1 + \varepsilon$, so the
sum $S$ grows by $\varepsilon e^{z_s}$, which is the factor $1 + \varepsilon a_s$. Hence $a_s$
itself gains $\varepsilon a_s (1 - a_s)$, and every other share $a_r$ loses
$\varepsilon a_r a_s$, because its divisor has grown. What does the loss make of that? Each
share counts with its own gradient:

$$\begin{aligned}
dz_s &= da_s a_s (1 - a_s) - \sum_{r \ne s} da_r a_r a_s \\
&= a_s \Big( da_s - \sum_r a_r\, da_r \Big).
\end{aligned}$$

In words: a share can only grow at the others' cost, so the average of the $da$ is taken
off. The scores were divided by a root, so $dq_t$ collects $dz_{ts}\, k_s / \sqrt{d_h}$ and
$dk_s$ collects $dz_{ts}\, q_t / \sqrt{d_h}$.

**The turn.** RoPE turned the queries and keys by an angle; their gradients are turned
by the same angle *backwards*. That is `rope_interleaved` again, with the signs of the
sines reversed. Your function serves both directions.
*/

// dx[r] and dweight[o] collect their shares of dout
//   dx, x [n_rows][WIDTH]   dweight, weight [n_out][WIDTH]   dout [n_rows][n_out]
static void project_backward(float *dx, float *dweight, const float *dout, const float *x,
                             const float *weight, size_t n_rows, size_t n_out)
{
    add_rows(dx, n_rows, weight, WIDTH, dout, n_out, 1, n_out);
    add_rows(dweight, n_out, x, WIDTH, dout, 1, n_out, n_rows);
}

// d->heads collect the gradient of a causal head from d->out, for the sequence that starts
// at position n; d->att becomes dz
static void attention_backward(activations *d, const activations *a, size_t n,
                               size_t n_tokens)
{
    const float scale = 1.0f / sqrtf((float)WIDTH);
    const size_t at = n * WIDTH;
    const float *q = a->heads[0] + at, *k = a->heads[1] + at, *v = a->heads[2] + at;
    const float *att = a->att + n * n_tokens, *dout = d->out + at;
    float *dz = d->att + n * n_tokens;
    project(dz, dout, v, n_tokens, n_tokens);
    for (size_t t = 0; t < n_tokens; t++) {
        const float *a_t = att + t * n_tokens;
        float *dz_t = dz + t * n_tokens, average[LANES] = {0};
        for (size_t s = 0; s < n_tokens; s += LANES)
            for (size_t lane = 0; lane < LANES; lane++)
                average[lane] += a_t[s + lane] * dz_t[s + lane];
        const float all = sum_of(average);
        for (size_t s = 0; s < n_tokens; s++)
            dz_t[s] = a_t[s] * (dz_t[s] - all) * scale;
    }
    for (size_t t = 0; t < n_tokens; t += 4) {
        // from row t, column t downwards: nobody before t hears t
        const size_t corner = t * n_tokens + t, row = t * WIDTH, left = n_tokens - t;
        add_rows(d->heads[0] + at + row, 4, k, WIDTH, dz + t * n_tokens, n_tokens, 1,
                 t + 4);
        add_rows(d->heads[1] + at + row, 4, q + row, WIDTH, dz + corner, 1, n_tokens,
                 left);
        add_rows(d->heads[2] + at + row, 4, dout + row, WIDTH, att + corner, 1, n_tokens,
                 left);
    }
}

// sum[i] += row[i]
static void add_row(float *restrict sum, const float *restrict row)
{
    for (size_t i = 0; i < WIDTH; i++)
        sum[i] += row[i];
}

// The lookup backwards: what each position wants goes back to the rows that it was made of.
static void look_up_backward(float *drows, const float *dheads, const model *m,
                             const uint32_t *ids, size_t n_all, size_t n_tokens)
{
    memset(drows, 0, (VOCAB + (has_table(m) ? n_tokens : 0)) * WIDTH * sizeof *drows);
    for (size_t n = 0; n < n_all; n++) {
        add_row(drows + ids[n] * (size_t)WIDTH, dheads + n * WIDTH);
        if (has_table(m))
            add_row(drows + (VOCAB + n % n_tokens) * WIDTH, dheads + n * WIDTH);
    }
}

// m->grads collect the gradient; a->logits holds that of the logits. d is scratch.
static bool backward(model *m, activations *d, const activations *a, const uint32_t *ids,
                     size_t n_sequences, size_t n_tokens)
{
    const size_t n_all = n_sequences * n_tokens;
    memset(d->heads, 0, sizeof d->heads);
    memset(d->out, 0, sizeof d->out);
    project_backward(d->out, m->grads + AT_LM_HEAD, a->logits, a->out,
                     m->params + AT_LM_HEAD, n_all, VOCAB);
    for (size_t n = 0; n < n_all; n += n_tokens) {
        attention_backward(d, a, n, n_tokens);
        if (!turn(d->heads[0] + n * WIDTH, m, m->back_sines, n_tokens) ||
            !turn(d->heads[1] + n * WIDTH, m, m->back_sines, n_tokens))
            return false;
    }
    for (size_t i = 0; i < 3; i++) {
        const size_t at = AT_WQ + i * WIDTH * WIDTH;
        look_up_backward(d->rows[i], d->heads[i], m, ids, n_all, n_tokens);
        project_backward(m->grads + AT_WTE, m->grads + at, d->rows[i], m->params + AT_WTE,
                         m->params + at, VOCAB + (has_table(m) ? n_tokens : 0), WIDTH);
    }
    if (m->kind == SINUSOID) // its table stays as it is
        memset(m->grads + AT_WPE, 0, TEST_LEN * WIDTH * sizeof *m->grads);
    return true;
}

/*
Formulas copied into code deserve distrust. So the program asks some parameters directly,
before it trains: nudge one up a little, nudge it down, and see how the loss moves. It does so
for 24 random parameters of each kind, for every way to know positions, and prints the largest
disagreement in the first line of the contest, as a share of the largest gradient of its kind.
`float` leaves about three digits, so below a thousandth it only says so; a wrong sign or a
forgotten factor would leave none. (Chapter 3 tests its slopes in the same way.)
*/

// The kinds of parameters, and where each starts.
enum { N_PARAM_KINDS = 6, N_NUDGED = 24 };
static const size_t kind_starts[N_PARAM_KINDS + 1] = {AT_WTE, AT_WPE,     AT_WQ,   AT_WK,
                                                      AT_WV,  AT_LM_HEAD, N_PARAMS};

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
    const bool written = forward(&w->a, &w->m, ids, 1, TRAIN_LEN);
    w->m.params[place] = kept;
    return written ? sequence_loss(w->a.logits, ids, TRAIN_LEN, THREE_BACK, 1.0f) : NAN;
}

// The largest |gradient - nudged slope| of a kind, over its largest gradient.
static double disagreement(workshop *w, const uint32_t *ids, size_t kind, uint64_t *state)
{
    const float nudge = 1.0f / 128.0f;
    const size_t start = kind_starts[kind];
    const size_t n = start == AT_WPE ? TRAIN_LEN * WIDTH : kind_starts[kind + 1] - start;
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
        const double gap =
            fabs((up - down) / (2.0 * (double)nudge) - (double)w->m.grads[place]);
        if (!(gap <= worst))
            worst = gap;
    }
    return worst / largest;
}

// The largest disagreement of all kinds; NAN if an exercise is missing.
static double worst_gradient(workshop *w, const struct scheme *scheme)
{
    uint32_t ids[TRAIN_LEN];
    uint64_t state = 77;
    double worst = 0.0;
    draw_ids(ids, TRAIN_LEN, &state);
    if (!model_init(&w->m, scheme, 7) || !forward(&w->a, &w->m, ids, 1, TRAIN_LEN))
        return NAN;
    sequence_loss(w->a.logits, ids, TRAIN_LEN, THREE_BACK, 1.0f);
    if (!backward(&w->m, &w->d, &w->a, ids, 1, TRAIN_LEN))
        return NAN;
    for (size_t kind = 0; kind < N_PARAM_KINDS; kind++) {
        if (kind_starts[kind] == AT_WPE && w->m.kind != LEARNED_TABLE)
            continue;
        const double here = disagreement(w, ids, kind, &state);
        if (!(here <= worst))
            worst = here;
    }
    return worst;
}

/*
### Training

Each step draws 8 fresh sequences of 16 tokens, so no sequence comes twice and there
is nothing to memorise. The optimizer is Adam [@kingma2015], which divides every
parameter's step by the recent size of its gradient; chapter 6 takes it apart. Here it only
has to be the same for all. The rate is full for the first 60 % of the steps and then falls
evenly to 0.
*/

// the parameters from .. to - 1
static void move_params(model *m, size_t from, size_t to, float rate)
{
    const float keep_mean = 0.9f, keep_square = 0.99f;
    for (size_t i = from; i < to; i++) {
        const float grad = m->grads[i];
        m->mean[i] = keep_mean * m->mean[i] + (1.0f - keep_mean) * grad;
        m->square[i] = keep_square * m->square[i] + (1.0f - keep_square) * grad * grad;
        m->params[i] -= rate * m->mean[i] / (sqrtf(m->square[i]) + 1e-8f);
    }
}

static void adam_step(model *m, size_t step, double learning_rate)
{
    const double fresh_mean = 1.0 - pow(0.9, (double)step);
    const double fresh_square = 1.0 - pow(0.99, (double)step);
    const float rate = (float)(learning_rate * sqrt(fresh_square) / fresh_mean);
    move_params(m, AT_WTE, m->kind == LEARNED_TABLE ? AT_WQ : AT_WPE, rate);
    move_params(m, AT_WQ, N_PARAMS, rate);
}

// One line on the terminal that stays in its place; only with LIVE=1 in the environment.
static void live_line(const workshop *w, const char *name, size_t step, double loss)
{
    const char *live = getenv("LIVE");
    if (live == NULL || strcmp(live, "1") != 0 || step % 70 != 0)
        return;
    const double spent = seconds() - w->start, done = (double)w->steps_done;
    fprintf(stderr,
            "\r%-15s step %3zu of %d   loss %.4f   %6.0f tokens/s   %2.0f s left ", name,
            step, N_STEPS, loss, done * AT_ONCE / spent,
            spent / done * ((double)w->steps_all - done));
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
    uint32_t ids[AT_ONCE];
    double loss = 0.0;
    memset(w->m.grads, 0, sizeof w->m.grads);
    draw_ids(ids, AT_ONCE, state);
    if (!forward(&w->a, &w->m, ids, BATCH, TRAIN_LEN))
        return NAN;
    for (size_t n = 0; n < AT_ONCE; n += TRAIN_LEN)
        loss += sequence_loss(w->a.logits + n * VOCAB, ids + n, TRAIN_LEN, which, scale);
    if (!backward(&w->m, &w->d, &w->a, ids, BATCH, TRAIN_LEN))
        return NAN;
    return loss * (double)scale;
}

static bool train(workshop *w, const struct scheme *scheme, task which, size_t seed)
{
    uint64_t state = 1000 + seed;
    if (!model_init(&w->m, scheme, seed))
        return false;
    for (size_t step = 1; step <= N_STEPS; step++) {
        const double loss = train_batch(w, which, &state);
        if (isnan(loss))
            return false;
        const double left = (double)(N_STEPS - step + 1) / (0.4 * N_STEPS);
        adam_step(&w->m, step, scheme->rate * (left < 1.0 ? left : 1.0));
        w->steps_done++;
        live_line(w, scheme->name, step, loss);
    }
    return true;
}

typedef struct {
    double loss[TEST_LEN];          // at each position
    double score[TEST_LEN];         // mean score at each distance
    double dials[N_NEAR][TEST_LEN]; // the parts of it that come from dials 0 to 3
} measurement;

// The sums of all scores at each distance, not yet divided; scores is scratch.
static void add_scores(measurement *result, const activations *a, float *scores)
{
    for (size_t n = 0; n < AT_ONCE; n += TEST_LEN) {
        const float *q = a->heads[0] + n * WIDTH, *k = a->heads[1] + n * WIDTH;
        project(scores, q, k, TEST_LEN, TEST_LEN);
        for (size_t t = 0; t < TEST_LEN; t++)
            for (size_t s = 0; s <= t; s++) {
                result->score[t - s] += (double)scores[t * TEST_LEN + s];
                for (size_t i = 0; i < N_NEAR; i++)
                    result->dials[i][t - s] +=
                        row_dot(q + t * WIDTH + 2 * i, k + s * WIDTH + 2 * i, 2);
            }
    }
}

// The mean loss at each position of 64 fresh sequences of 64 tokens, the same for all models.
static bool measure(measurement *result, workshop *w, task which)
{
    uint32_t ids[AT_ONCE];
    uint64_t state = 999;
    memset(result, 0, sizeof *result);
    for (size_t tests = 0; tests < N_TESTS; tests += TESTS_AT_ONCE) {
        draw_ids(ids, AT_ONCE, &state);
        if (!forward(&w->a, &w->m, ids, TESTS_AT_ONCE, TEST_LEN))
            return false;
        if (w->m.kind == ROPE && !w->m.held)
            add_scores(result, &w->a, w->d.att);
        for (size_t n = 0; n < AT_ONCE; n++) {
            const uint32_t target =
                answer(ids + n / TEST_LEN * TEST_LEN, n % TEST_LEN, which);
            if (target < VOCAB)
                result->loss[n % TEST_LEN] +=
                    loss_at(w->a.logits + n * VOCAB, target, 1.0f) / N_TESTS;
        }
    }
    for (size_t t = 0; t < TEST_LEN; t++) {
        const double by = (double)((TEST_LEN - t) * N_TESTS) * sqrt((double)WIDTH);
        result->score[t] /= by;
        for (size_t i = 0; i < N_NEAR; i++)
            result->dials[i][t] /= by;
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
back. So does `memcpy`, which computes nothing at all: it is our yardstick, and not quite a
ceiling. A rotation in place can even be *faster* than a copy, which writes to other memory than it
reads.

`make bench` measures the ratios on your machine, in three sizes: the queries of a large head
(4,096 tokens × 32 heads × 128 dimensions, 67 MB: larger than the caches of most machines), GPT-2's
shape (1,024 × 12 × 64, 3 MB: in a third cache, where there is one), and 64 tokens of it (0.2
MB: in the second). Only the first has a target, a turn in no more time than `memcpy`. In the
caches nobody waits for memory, and the arithmetic shows. There the rival is the faster of
`memcpy` and a loop that only copies, and the turn takes longer than either, for it has
something to do: on the machine that built this page up to three or four times as long. The last
line compares halves with neighbours. In halves the first members of the pairs lie side by side,
and so do the second, and a vector unit can load several of each at once; see whether that shows.
*/

/*
## Behind the scenes

The rest is plumbing: it prints and draws what the sections above talk about.
*/

// a file for a picture of the chapter, or NULL where there is no place for it
static FILE *open_figure(const char *name)
{
    const char *folder = getenv("FIGURES");
    char path[1024];
    int length =
        snprintf(path, sizeof path, "%s/%s.tsv", folder ? folder : "build/figures", name);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "w") : NULL;
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

enum { N_WORDS = 3, N_ORDERS = 6 };

static const float word_rows[N_WORDS * 2] = {1, 0, 0, 2, 1, 1};
static const float small_wpe[4 * 2] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f};
static const char *const words[N_WORDS] = {"dog", "bites", "man"};
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

static void print_order(const size_t *order)
{
    printf("%s %s %s", words[order[0]], words[order[1]], words[order[2]]);
}

// A line: what "bites" gets in an order of the words, with the rows of positions added if there
// are any.
static void print_bites(const float *wpe, const size_t *order, bool causal)
{
    float x[N_WORDS * 2], out[N_WORDS * 2];
    size_t t = 0;
    arrange(x, word_rows, order);
    if (wpe && !add_positions(x, wpe, N_WORDS, 4, 2))
        return;
    if (!attend_plainly(out, x, causal))
        return;
    while (order[t] != 1)
        t++;
    print_order(order);
    printf(": \"bites\" gets %.4f %.4f\n", (double)out[2 * t], (double)out[2 * t + 1]);
}

// the differences between an order and "dog bites man"
static void print_gaps(const size_t *order)
{
    print_order(order);
    printf("%9.6g%9.6g%10.6g\n", gap_of_matrices(word_rows, order),
           gap_by_word(word_rows, order, false), gap_by_word(word_rows, order, true));
}

static void show_shuffle(size_t order, bool mask)
{
    float out[N_WORDS * 2];
    heading("A head that cannot see order");
    if (!attend_plainly(out, word_rows, false)) {
        waits_for("4.1", "attention_forward");
        return;
    }
    printf("%22s%9s%10s\n", "matrix", "by word", "causal");
    print_gaps(orders[order]);
    print_bites(NULL, orders[0], mask);
    print_bites(NULL, orders[order], mask);
    printf("causal, new last word: others move by %.6g\n", gap_of_the_past());
}

static void show_table(size_t order, bool mask)
{
    float x[5 * 2] = {0};
    heading("One row for each position");
    if (!add_positions(x, small_wpe, 4, 4, 2)) {
        waits_for("4.2", "add_positions");
        return;
    }
    if (!attend_plainly(x, word_rows, false)) {
        waits_for("4.1", "attention_forward");
        return;
    }
    print_bites(small_wpe, orders[0], mask);
    print_bites(small_wpe, orders[order], mask);
}

enum { SINE_ROWS = 1024, SINE_WIDTH = 16 };

// largest |wpe[p + k] - (every pair of wpe[p] moved on by k)|
static double gap_of_moved_rows(const float *wpe, size_t k)
{
    double gap = 0.0;
    for (size_t i = 0; i < SINE_WIDTH / 2; i++) {
        const double angle = (double)k * pow(10000.0, -2.0 * (double)i / SINE_WIDTH);
        const double c = cos(angle), s = sin(angle);
        for (size_t p = 0; p + k < SINE_ROWS; p++) {
            const float *now = wpe + p * SINE_WIDTH + 2 * i;
            const float *later = now + k * SINE_WIDTH;
            const double sine =
                fabs((double)now[0] * c + (double)now[1] * s - (double)later[0]);
            const double cosine =
                fabs((double)now[1] * c - (double)now[0] * s - (double)later[1]);
            if (sine > gap)
                gap = sine;
            if (cosine > gap)
                gap = cosine;
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
            fprintf(file, "\t%.1f", (double)wpe[p * WIDTH_DRAWN + i]);
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

static void question_rows(const float *wpe, size_t distance)
{
    const size_t pairs[3][2] = {
        {3, 3 + distance}, {50, 50 + distance}, {50, 50 - distance}};
    for (size_t i = 0; i < 3; i++)
        printf("d_model = 16: P(%zu) . P(%zu) = %.4f\n", pairs[i][0], pairs[i][1],
               row_dot(wpe + pairs[i][0] * SINE_WIDTH, wpe + pairs[i][1] * SINE_WIDTH,
                       SINE_WIDTH));
    const double gap = gap_of_moved_rows(wpe, distance);
    printf("P(p + %zu) = P(p) moved on, within %.6f\n", distance, fmax(gap, 0.000001));
}

static void show_sinusoid(size_t distance)
{
    heading("A table that nobody trains");
    float *wpe = allocate(SINE_ROWS * SINE_WIDTH * sizeof *wpe);
    if (!sinusoidal_table(wpe, SINE_ROWS, SINE_WIDTH)) {
        waits_for("4.3", "sinusoidal_table");
        free(wpe);
        return;
    }
    question_rows(wpe, distance);
    sinusoidal_table(wpe, ROWS_DRAWN, WIDTH_DRAWN);
    draw_sinusoid(wpe);
    draw_sinusoid_dots(wpe);
    free(wpe);
}

typedef bool rope_function(float *x, const float *cosines, const float *sines,
                           size_t n_tokens, size_t n_heads, size_t d_head);

enum { SMALL_HEAD = 4, SMALL_POSITIONS = 128 };
static const float small_x[SMALL_HEAD] = {1, 2, 3, 4};
static const float small_q[SMALL_HEAD] = {0.5f, -1.0f, 2.0f, 0.25f};

// out = the four numbers of x, turned to position p
static bool turn_small(float *out, const float *x, size_t p, rope_function *rope,
                       double base)
{
    float cosines[SMALL_POSITIONS * 2], sines[SMALL_POSITIONS * 2];
    rope_table(cosines, sines, SMALL_POSITIONS, SMALL_HEAD, base);
    memcpy(out, x, SMALL_HEAD * sizeof *out);
    return rope(out, cosines + 2 * p, sines + 2 * p, 1, 1, SMALL_HEAD);
}

static void print_turned(size_t p, rope_function *rope, double base)
{
    float x[SMALL_HEAD];
    const bool turned = turn_small(x, small_x, p, rope, base);
    for (size_t i = 0; i < SMALL_HEAD; i++)
        turned ? printf("%8.4f", (double)x[i]) : printf("%8s", "-");
    printf("\n");
}

// Exchange dimensions 1 and 2, turn halves, exchange back: turned neighbours?
static double gap_of_layouts(double base)
{
    const float exchanged[SMALL_HEAD] = {small_x[0], small_x[2], small_x[1], small_x[3]};
    float halves[SMALL_HEAD], neighbours[SMALL_HEAD];
    if (!turn_small(halves, exchanged, 7, rope_half_split, base) ||
        !turn_small(neighbours, small_x, 7, rope_interleaved, base))
        return NAN;
    const float back[SMALL_HEAD] = {halves[0], halves[2], halves[1], halves[3]};
    return largest_gap(back, neighbours, SMALL_HEAD);
}

static void show_rope(double base)
{
    float x[SMALL_HEAD];
    heading("Two ways to pair the dimensions");
    const bool neighbours = turn_small(x, small_x, 1, rope_interleaved, base);
    const double length = length_of(x, SMALL_HEAD);
    const bool halves = turn_small(x, small_x, 1, rope_half_split, base);
    if (!neighbours)
        waits_for("4.4", "rope_interleaved");
    if (!halves)
        waits_for("4.5", "rope_half_split");
    if (!neighbours && !halves)
        return;
    printf("%-10s", "neighbours");
    print_turned(1, rope_interleaved, base);
    printf("%-10s", "halves");
    print_turned(1, rope_half_split, base);
    if (neighbours && halves)
        printf("length %.4f (was %.4f); exchanged: %.6g\n", length,
               length_of(small_x, SMALL_HEAD), gap_of_layouts(base));
}

static double turned_score(size_t m, size_t n, rope_function *turn_q,
                           rope_function *turn_k, double base)
{
    float q[SMALL_HEAD], k[SMALL_HEAD];
    if (!turn_small(q, small_q, m, turn_q, base) ||
        !turn_small(k, small_x, n, turn_k, base))
        return NAN;
    return row_dot(q, k, SMALL_HEAD);
}

// query and key this far apart, 8 tokens later, and the other way round
static void places_of(size_t places[3][2], size_t distance)
{
    const size_t all[3][2] = {{2 + distance, 2}, {10 + distance, 10}, {2, 2 + distance}};
    memcpy(places, all, sizeof all);
}

static void print_scores(const char *name, rope_function *turn_q, rope_function *turn_k,
                         size_t distance, double base)
{
    size_t places[3][2];
    places_of(places, distance);
    printf("%-15s", name);
    for (size_t i = 0; i < 3; i++)
        printf("%9.4f", turned_score(places[i][0], places[i][1], turn_q, turn_k, base));
    printf("\n");
}

// Turns halves, after the head's four numbers were put in the order that belongs to halves.
static bool reordered(float *x, const float *cosines, const float *sines, size_t n_tokens,
                      size_t n_heads, size_t d_head)
{
    const float second = x[1];
    x[1] = x[2];
    x[2] = second;
    return rope_half_split(x, cosines, sines, n_tokens, n_heads, d_head);
}

static void print_derived_scores(size_t distance, double base)
{
    size_t places[3][2];
    float score;
    places_of(places, distance);
    if (!rope_score(&score, small_q, small_x, 5, 2, SMALL_HEAD, (float)base)) {
        waits_for("4.6", "rope_score");
        return;
    }
    printf("%-15s", "rope_score");
    for (size_t i = 0; i < 3; i++) {
        rope_score(&score, small_q, small_x, places[i][0], places[i][1], SMALL_HEAD,
                   (float)base);
        printf("%9.4f", (double)score);
    }
    printf("\n");
}

static void show_scores(size_t distance, double base)
{
    float x[SMALL_HEAD];
    size_t places[3][2];
    heading("The score sees the distance only");
    places_of(places, distance);
    printf("%-15s", "query, key at");
    for (size_t i = 0; i < 3; i++)
        printf("%5zu, %2zu", places[i][0], places[i][1]);
    printf("\n");
    const bool neighbours = turn_small(x, small_x, 1, rope_interleaved, base);
    const bool halves = turn_small(x, small_x, 1, rope_half_split, base);
    if (neighbours)
        print_scores("neighbours", rope_interleaved, rope_interleaved, distance, base);
    else
        waits_for("4.4", "rope_interleaved");
    if (!halves)
        waits_for("4.5", "rope_half_split");
    else {
        print_scores("halves", rope_half_split, rope_half_split, distance, base);
        print_scores("one reordered", reordered, rope_half_split, distance, base);
    }
    if (neighbours && halves)
        print_scores("mixed", rope_half_split, rope_interleaved, distance, base);
    print_derived_scores(distance, base);
}

// Picture: square maps side by side, nothing in the columns between them.
//   maps[i] [size][size], a row for each query, a column for each key
enum { N_MAPS = 3 };
static void draw_maps(const char *name, const char *title, const float *const *maps,
                      size_t size, size_t between)
{
    FILE *file = open_figure(name);
    if (file == NULL)
        return;
    fprintf(file, "# kind: heat\n# title: %s\n# x: position of the key\n", title);
    fprintf(file, "# y: position of the query\n");
    const size_t step = size + between, n = N_MAPS * step - between;
    for (size_t c = 0; c < n; c++)
        c % step < size ? fprintf(file, "\t%zu", c % step) : fprintf(file, "\t");
    for (size_t t = 0; t < size; t++) {
        fprintf(file, "\n%zu", t);
        for (size_t c = 0; c < n; c++)
            c % step < size
                ? fprintf(file, "\t%.2f", (double)maps[c / step][t * size + c % step])
                : fprintf(file, "\t");
    }
    fprintf(file, "\n");
    fclose(file);
}

enum { MAP_LEN = 22, MAP_WIDTH = 32 };

// map[m][n] = (token + wpe[m]) . (token + wpe[n]); false if 4.2 is not written
static bool map_of_table(float *map, const float *token, const float *wpe)
{
    float x[MAP_LEN * MAP_WIDTH];
    for (size_t p = 0; p < MAP_LEN; p++)
        memcpy(x + p * MAP_WIDTH, token, MAP_WIDTH * sizeof *x);
    if (!add_positions(x, wpe, MAP_LEN, MAP_LEN, MAP_WIDTH))
        return false;
    for (size_t m = 0; m < MAP_LEN; m++)
        for (size_t n = 0; n < MAP_LEN; n++)
            map[m * MAP_LEN + n] =
                (float)row_dot(x + m * MAP_WIDTH, x + n * MAP_WIDTH, MAP_WIDTH);
    return true;
}

// the scores of one token with itself, everywhere; false if 4.6 is not written
static bool map_of_rope(float *map, const float *token)
{
    bool written = true;
    for (size_t m = 0; m < MAP_LEN; m++)
        for (size_t n = 0; n < MAP_LEN; n++)
            written = rope_score(map + m * MAP_LEN + n, token, token, m, n, MAP_WIDTH,
                                 10000.0f);
    return written;
}

// the least becomes 0, the largest 1, in steps of a tenth
static void stretch(float *x, size_t n)
{
    float least = x[0], largest = x[0];
    for (size_t i = 1; i < n; i++) {
        least = fminf(least, x[i]);
        largest = fmaxf(largest, x[i]);
    }
    for (size_t i = 0; i < n; i++)
        x[i] = roundf(10.0f * (x[i] - least) / (largest - least)) / 10.0f;
}

static void draw_score_maps(void)
{
    float token[MAP_WIDTH], wpe[MAP_LEN * MAP_WIDTH];
    float maps[N_MAPS][MAP_LEN * MAP_LEN];
    const float *const all[N_MAPS] = {maps[0], maps[1], maps[2]};
    uint64_t state = 4;
    for (size_t i = 0; i < MAP_WIDTH; i++)
        token[i] = 0.3f * draw_normal(&state);
    for (size_t i = 0; i < MAP_LEN * MAP_WIDTH; i++)
        wpe[i] = 0.5f * draw_normal(&state);
    if (!map_of_table(maps[0], token, wpe) ||
        !sinusoidal_table(wpe, MAP_LEN, MAP_WIDTH) ||
        !map_of_table(maps[1], token, wpe) || !map_of_rope(maps[2], token))
        return;
    for (size_t i = 0; i < N_MAPS; i++)
        stretch(maps[i], MAP_LEN * MAP_LEN);
    draw_maps("scores", "Scores: learned table, sinusoid, RoPE", all, MAP_LEN, 3);
}

static void draw_dials(void)
{
    FILE *file = open_figure("dials");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: Tokens for one full turn\n# x: dial\n"
                  "# y: tokens\n# yscale: log\n"
                  "dial\tbase 10,000\ttrained to 4,096\n");
    for (size_t i = 0; i < 64; i++)
        fprintf(file, "%zu\t%.6g\t4096\n", i, turn_length(i, 128, 1e4));
    fclose(file);
}

static size_t unfinished_dials(size_t d_head, double base, size_t n_tokens)
{
    size_t unfinished = 0;
    for (size_t i = 0; i < d_head / 2; i++)
        unfinished += turn_length(i, d_head, base) > (double)n_tokens;
    return unfinished;
}

static void show_dials(void)
{
    heading("Dials that never finish a turn");
    printf("never finish: %zu of 64; ours: %zu of 16\n",
           unfinished_dials(128, 10000.0, 4096), unfinished_dials(32, 10000.0, 16));
    draw_dials();
}

enum { HEARD = 30 };

// Who listens to whom in one test sequence, up to token 30.
//   map [HEARD][HEARD]
static void keep_attention(float *map, workshop *w)
{
    uint32_t ids[TEST_LEN];
    uint64_t state = 31;
    draw_ids(ids, TEST_LEN, &state);
    if (!forward(&w->a, &w->m, ids, 1, TEST_LEN))
        return;
    for (size_t t = 0; t < HEARD; t++)
        memcpy(map + t * HEARD, w->a.att + t * TEST_LEN, HEARD * sizeof *map);
}

enum { N_SCHEMES = 5, MOST_SEEDS = 64 };

enum { AT_NONE, AT_TABLE, AT_SINUSOID, AT_ROPE, AT_BASE_2 };

// The bases that are compared on both tasks.
enum { N_BASES = 4 };
static const struct {
    double base;
    char name[sizeof "10,000"];
} bases[N_BASES] = {{1, "1"}, {2, "2"}, {6, "6"}, {1e4, "10,000"}};

// Which of RoPE's dials turn in the controls.
enum { N_CONTROLS = 5, AT_PAIR = 1, AT_PAIR_BASE_2 = N_CONTROLS - 1 };
static const struct {
    const char *name;
    uint32_t still;
} controls[N_CONTROLS] = {{"all", 0},
                          {"0 and 1", ALL_DIALS - DIALS_0_1},
                          {"0 to 3", DIALS_4_15},
                          {"2 to 15", DIALS_0_1},
                          {"base 2: 0, 1", ALL_DIALS - DIALS_0_1}};

// The contest: what takes part, how often, and room for what came out.
typedef struct {
    struct scheme schemes[N_SCHEMES];
    bool done[N_SCHEMES];
    measurement results[N_SCHEMES][MOST_SEEDS]; // of the task at hand
    measurement again[MOST_SEEDS], control[MOST_SEEDS];
    double agree[N_CONTROLS][4]; // losses at 46 and 47, leads over distances met and new
    double scores[N_CONTROLS][TEST_LEN]; // at each distance, mean of the seeds
    float rope[MOST_SEEDS][N_PARAMS];    // RoPE's trained parameters,
    float latest[MOST_SEEDS][N_PARAMS];  // and those of the scheme that was trained last
    float maps[N_MAPS][HEARD * HEARD];
    bool is_kept[2][N_BASES];                    // [task][base], and
    double met[2][N_BASES], far_out[2][N_BASES]; // mean losses at 3 to 15, at 32 to 63
    size_t first_seed, n_seeds;
    bool more; // controls=1
    workshop w;
} contest;

// The exercise that a scheme waits for.
static void scheme_waits(const struct scheme *scheme)
{
    float one[2] = {0.0f, 0.0f};
    printf("%-14s", scheme->name);
    if (!attention_is_written())
        waits_for("4.1", "attention_forward");
    else if (scheme->kind == ROPE)
        waits_for("4.4", "rope_interleaved");
    else if (!add_positions(one, one + 1, 1, 1, 1))
        waits_for("4.2", "add_positions");
    else
        waits_for("4.3", "sinusoidal_table");
}

static double mean_of(const double *loss, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t t = from; t < to; t++)
        sum += loss[t] / (double)(to - from);
    return sum;
}

static double far_loss(const measurement *result)
{
    return mean_of(result->loss, TEST_LEN / 2, TEST_LEN);
}

static double mean_loss(const measurement *results, size_t n_seeds, size_t from,
                        size_t to)
{
    double sum = 0.0;
    for (size_t seed = 0; seed < n_seeds; seed++)
        sum += mean_of(results[seed].loss, from, to);
    return sum / (double)n_seeds;
}

// The best and the worst seed far out.
static void find_range(double range[2], const measurement *results, size_t n_seeds)
{
    range[0] = INFINITY;
    range[1] = 0.0;
    for (size_t seed = 0; seed < n_seeds; seed++) {
        const double here = far_loss(&results[seed]);
        range[0] = here < range[0] ? here : range[0];
        range[1] = here > range[1] ? here : range[1];
    }
}

// Means over the seeds, and the best and the worst seed far out.
static void print_row(const char *name, const measurement *results, size_t n_seeds)
{
    double range[2];
    find_range(range, results, n_seeds);
    printf("%-13s%5.2f%6.2f%6.2f%6.2f%6.2f\n", name,
           mean_loss(results, n_seeds, BACK, TRAIN_LEN),
           mean_loss(results, n_seeds, TRAIN_LEN, TEST_LEN / 2),
           mean_loss(results, n_seeds, TEST_LEN / 2, TEST_LEN), range[0], range[1]);
}

static void keep_losses(contest *c, task which, size_t i, const measurement *results)
{
    c->is_kept[which][i] = true;
    c->met[which][i] = mean_loss(results, c->n_seeds, BACK, TRAIN_LEN);
    c->far_out[which][i] = mean_loss(results, c->n_seeds, TEST_LEN / 2, TEST_LEN);
}

// Of the bases that took part in a contest, when it is over: nobody trains them twice.
static void keep_contest(contest *c, task which)
{
    for (size_t s = AT_ROPE; s < N_SCHEMES; s++)
        for (size_t i = 0; i < N_BASES; i++)
            if (c->done[s] && c->schemes[s].base == bases[i].base)
                keep_losses(c, which, i, c->results[s]);
}

// The score at distance BACK minus the best of the others, mean of the seeds.
static double mean_lead(const measurement *results, size_t n_seeds, size_t from,
                        size_t to)
{
    double sum = 0.0;
    for (size_t seed = 0; seed < n_seeds; seed++) {
        const double *score = results[seed].score;
        double best = -INFINITY;
        for (size_t t = from; t < to; t++)
            best = t != BACK && score[t] > best ? score[t] : best;
        sum += score[BACK] - best;
    }
    return sum / (double)n_seeds;
}

// Trains and measures a scheme with all seeds; false if an exercise is missing. Where `again` is
// not NULL each trained model is measured again, and its late tokens ask as the last of training.
static bool run_seeds(contest *c, measurement *results, const struct scheme *scheme,
                      task which, measurement *again)
{
    for (size_t seed = 0; seed < c->n_seeds; seed++) {
        if (!train(&c->w, scheme, which, c->first_seed + seed) ||
            !measure(&results[seed], &c->w, which))
            return false;
        if (seed == 0 && scheme->map && results != c->control && which == THREE_BACK)
            keep_attention(scheme->map, &c->w);
        memcpy(c->latest[seed], c->w.m.params, sizeof c->latest[seed]);
        c->w.m.late_ask_as_last = again != NULL;
        if (again && !measure(&again[seed], &c->w, which))
            return false;
    }
    return true;
}

// The losses at each position, mean over the seeds, of the schemes from the second on.
static void draw_losses(const char *name, const char *title, const contest *c)
{
    FILE *file = open_figure(name);
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: %s\n# x: position\n# y: loss (nats)\n# zero: yes\n",
            title);
    fprintf(file, "position");
    for (size_t s = 1; s < N_SCHEMES; s++)
        if (c->done[s])
            fprintf(file, "\t%s", c->schemes[s].name);
    for (size_t t = BACK; t < TEST_LEN; t++) {
        fprintf(file, "\n%zu", t);
        for (size_t s = 1; s < N_SCHEMES; s++) {
            double loss = 0.0;
            for (size_t seed = 0; seed < c->n_seeds; seed++)
                loss += c->results[s][seed].loss[t] / (double)c->n_seeds;
            if (c->done[s])
                fprintf(file, "\t%.4f", loss);
        }
    }
    fprintf(file, "\n");
    fclose(file);
}

// RoPE's loss at each position: the mean, and the best and the worst seed there.
static void draw_seeds(const measurement *results, size_t n_seeds)
{
    FILE *file = open_figure("rope-seeds");
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: RoPE, base 10,000: %zu seeds\n# x: position\n"
            "# y: loss (nats)\n# zero: yes\nposition\tbest here\tmean\tworst here\n",
            n_seeds);
    for (size_t t = BACK; t < TEST_LEN; t++) {
        double best = INFINITY, mean = 0.0, worst = 0.0;
        for (size_t seed = 0; seed < n_seeds; seed++) {
            const double here = results[seed].loss[t];
            mean += here / (double)n_seeds;
            best = here < best ? here : best;
            worst = here > worst ? here : worst;
        }
        fprintf(file, "%zu\t%.4f\t%.4f\t%.4f\n", t, best, mean, worst);
    }
    fclose(file);
}

// What dials 0 and 1 add to RoPE's score at each distance, mean over the seeds.
static void draw_dial_scores(const measurement *results, size_t n)
{
    FILE *file = open_figure("rope-scores");
    if (file == NULL)
        return;
    fprintf(file, "# kind: lines\n# title: Dials 0 and 1: score at each distance\n"
                  "# x: distance (tokens)\n# y: score\n"
                  "distance\tdial 0\tdial 1\tboth\n");
    for (size_t t = 0; t < TEST_LEN; t++) {
        double one = 0.0, other = 0.0;
        for (size_t seed = 0; seed < n; seed++) {
            one += results[seed].dials[0][t] / (double)n;
            other += results[seed].dials[1][t] / (double)n;
        }
        fprintf(file, "%zu\t%.4f\t%.4f\t%.4f\n", t, one, other, one + other);
    }
    fclose(file);
}

static void print_heads(void)
{
    printf("at positions  3-15 16-31 32-63  best worst\n");
}

// Prints a scheme's row, or what it waits for.
static bool run_scheme(contest *c, measurement *results, const struct scheme *scheme,
                       task which, measurement *again)
{
    const bool done = run_seeds(c, results, scheme, which, again);
    clear_live_line();
    if (done) {
        print_row(scheme->name, results, c->n_seeds);
    } else {
        scheme_waits(scheme);
    }
    fflush(stdout);
    return done;
}

// A learned table whose untrained rows say nothing.
static void run_zero_table(contest *c)
{
    struct scheme table = c->schemes[AT_TABLE];
    table.name = "table, from 0";
    table.spread = 0.0;
    run_scheme(c, c->control, &table, THREE_BACK, NULL);
}

// the end of a line
static void show_gradients(contest *c)
{
    double worst = NAN;
    for (size_t s = 0; s < N_SCHEMES; s++) {
        const double here = worst_gradient(&c->w, &c->schemes[s]);
        if (!isnan(here) && !(here <= worst))
            worst = here;
    }
    if (isnan(worst))
        printf("slopes to come\n");
    else if (worst < 0.001)
        printf("slopes <0.001\n");
    else
        printf("slopes %.3f\n", worst);
}

// your head and the contest's on random rows: do both give the same?
static bool heads_agree(activations *a, float *added)
{
    const size_t n = TRAIN_LEN * WIDTH;
    float out[TRAIN_LEN * WIDTH], att[TRAIN_LEN * TRAIN_LEN];
    uint64_t state = 5;
    for (size_t i = 0; i < 3; i++)
        fill_normal(a->heads[i], n, 1.0, &state);
    set_added(added, NULL);
    attend(a->out, a->att, a->heads[0], a->heads[1], a->heads[2], added, NULL, TRAIN_LEN);
    return !attention_forward(out, att, a->heads[0], a->heads[1], a->heads[2], TRAIN_LEN,
                              WIDTH, true) ||
           (largest_gap(out, a->out, n) < 1e-5 &&
            largest_gap(att, a->att, TRAIN_LEN * TRAIN_LEN) < 1e-5);
}

static void show_three_back(contest *c)
{
    double blind[TEST_LEN];
    heading("Say again the token three back");
    printf("%zu seeds; guessing %.4f; ", c->n_seeds, log((double)VOCAB));
    show_gradients(c);
    if (!heads_agree(&c->w.a, c->w.m.added))
        printf("your attention_forward gives something else: make check4 says where\n");
    print_heads();
    for (size_t s = 0; s < N_SCHEMES; s++) {
        c->done[s] = run_scheme(c, c->results[s], &c->schemes[s], THREE_BACK, NULL);
        if (s == AT_TABLE)
            run_zero_table(c);
        if (s == AT_ROPE)
            memcpy(c->rope, c->latest, sizeof c->rope);
    }
    keep_contest(c, THREE_BACK);
    measure_without_order(blind);
    printf("%-13s%5.2f%6.2f%6.2f\n", "without order", mean_of(blind, BACK, TRAIN_LEN),
           mean_of(blind, TRAIN_LEN, TEST_LEN / 2),
           mean_of(blind, TEST_LEN / 2, TEST_LEN));
    draw_losses("loss-three-back", "The token three back: loss at each position", c);
    const float *const maps[N_MAPS] = {c->maps[0], c->maps[1], c->maps[2]};
    if (c->done[AT_TABLE] && c->done[AT_SINUSOID] && c->done[AT_ROPE])
        draw_maps("attention", "Shares: learned table, sinusoid, RoPE", maps, HEARD, 6);
}

// at each distance, mean of the seeds
static void mean_scores(double *scores, const measurement *results, size_t n_seeds)
{
    for (size_t t = 0; t < TEST_LEN; t++) {
        scores[t] = 0.0;
        for (size_t seed = 0; seed < n_seeds; seed++)
            scores[t] += results[seed].score[t] / (double)n_seeds;
    }
}

// A row of the first table of controls; what the second one says of it is kept.
static void print_control(contest *c, size_t row, const measurement *results)
{
    const size_t n = c->n_seeds;
    double range[2];
    find_range(range, results, n);
    if (row != AT_PAIR_BASE_2)
        printf("%-18s%5.2f%6.2f%6.2f%6.2f\n", controls[row].name,
               mean_loss(results, n, BACK, TRAIN_LEN),
               mean_loss(results, n, TEST_LEN / 2, TEST_LEN), range[0], range[1]);
    fflush(stdout);
    c->agree[row][0] = mean_loss(results, n, 46, 47);
    c->agree[row][1] = mean_loss(results, n, 47, 48);
    c->agree[row][2] = mean_lead(results, n, 0, TRAIN_LEN);
    c->agree[row][3] = mean_lead(results, n, TRAIN_LEN, TEST_LEN);
    mean_scores(c->scores[row], results, n);
}

// The controls that have to be trained: all but the first.
static void run_controls(contest *c)
{
    for (size_t row = 1; row < N_CONTROLS; row++) {
        struct scheme frozen = c->schemes[row == AT_PAIR_BASE_2 ? AT_BASE_2 : AT_ROPE];
        frozen.still = controls[row].still;
        run_seeds(c, c->control, &frozen, THREE_BACK, NULL);
        clear_live_line();
        print_control(c, row, c->control);
    }
}

// The scores at n distances of heads with base 10,000 and with base 2.
static void draw_scores(const char *name, const char *title, const contest *c,
                        const double *rope, const double *base_2, size_t n)
{
    FILE *file = open_figure(name);
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: %s\n# x: distance (tokens)\n# y: score\n"
            "distance\tbase %.9g\tbase 2\n",
            title, c->schemes[AT_ROPE].base);
    for (size_t t = 0; t < n; t++)
        fprintf(file, "%zu\t%.4f\t%.4f\n", t, rope[t], base_2[t]);
    fclose(file);
}

static void show_controls(contest *c)
{
    heading("What the dials decide");
    if (!c->done[AT_ROPE]) {
        scheme_waits(&c->schemes[AT_ROPE]);
        return;
    }
    printf("%-18s%5s%6s%6s%6s\n", "dials that turn", "3-15", "32-63", "best", "worst");
    model_init(&c->w.m, &c->schemes[AT_ROPE], c->first_seed);
    print_control(c, 0, c->results[AT_ROPE]);
    run_controls(c);
    draw_seeds(c->results[AT_ROPE], c->n_seeds);
    draw_dial_scores(c->results[AT_ROPE], c->n_seeds);
    draw_scores("two-dials", "Heads with two dials: score at each distance", c,
                c->scores[AT_PAIR], c->scores[AT_PAIR_BASE_2], 3 * TRAIN_LEN);
}

// What some dials of a head add to the score at a distance, in the mean of all tokens; 4 to 15 go
// together.
static double added_by(const measurement *result, uint32_t some, size_t distance)
{
    double sum = 0.0, rest = result->score[distance];
    for (size_t i = 0; i < N_NEAR; i++) {
        sum += some >> i & 1 ? result->dials[i][distance] : 0.0;
        rest -= result->dials[i][distance];
    }
    return some & DIALS_4_15 ? sum + rest : sum;
}

// The same in the mean of the distances that training did not meet.
static double added_beyond(const measurement *result, uint32_t some)
{
    double mean = 0.0;
    for (size_t n = TRAIN_LEN; n < TEST_LEN; n++)
        mean += added_by(result, some, n) / (TEST_LEN - TRAIN_LEN);
    return mean;
}

// The far loss of a trained head whose scores change, by distance (NULL: they do not).
static double loss_changed(contest *c, size_t seed, const double *change)
{
    memcpy(c->w.m.params, c->rope[seed], sizeof c->rope[seed]);
    set_added(c->w.m.added, change);
    return measure(c->control, &c->w, THREE_BACK) ? far_loss(c->control) : NAN;
}

// RoPE's far loss with some dials held as at one distance.
static double held_loss(contest *c, uint32_t held, size_t at)
{
    double loss = 0.0;
    c->w.m.held = held;
    c->w.m.held_at = at;
    for (size_t seed = 0; seed < c->n_seeds; seed++)
        loss += loss_changed(c, seed, NULL) / (double)c->n_seeds;
    c->w.m.held = 0;
    return loss;
}

enum { FLAT = TEST_LEN }; // no distance

// The same with what some dials add at new distances moved to its mean there; or, if `at` is not
// FLAT, with all scores there moved by as much as holding these dials moves their mean.
static double moved_loss(contest *c, uint32_t some, size_t at)
{
    double loss = 0.0, change[TEST_LEN] = {0.0};
    for (size_t seed = 0; seed < c->n_seeds; seed++) {
        const measurement *result = &c->results[AT_ROPE][seed];
        const double mean = added_beyond(result, some);
        for (size_t n = TRAIN_LEN; n < TEST_LEN; n++)
            change[n] = at == FLAT ? mean - added_by(result, some, n)
                                   : added_by(result, some, at) - mean;
        loss += loss_changed(c, seed, change) / (double)c->n_seeds;
    }
    return loss;
}

static void show_held(contest *c)
{
    static const size_t distances[] = {0, 3, 15, 20, 47};
    static const uint32_t flat[] = {1, 2, DIALS_2_3, DIALS_4_15, ALL_DIALS - 1};
    const size_t n = sizeof distances / sizeof *distances;
    heading("Held in the test");
    if (!c->done[AT_ROPE]) {
        scheme_waits(&c->schemes[AT_ROPE]);
        return;
    }
    model_init(&c->w.m, &c->schemes[AT_ROPE], c->first_seed);
    printf("%-12s", "held as at");
    for (size_t i = 0; i < n; i++)
        printf("%6zu", distances[i]);
    printf("\n%-12s", "0 and 1");
    for (size_t i = 0; i < n; i++)
        printf("%6.2f", held_loss(c, DIALS_0_1, distances[i]));
    printf("\n%-12s", "4 to 15");
    for (size_t i = 0; i < n; i++)
        printf("%6.2f", held_loss(c, DIALS_4_15, distances[i]));
    printf("\n%-12s", "level only");
    for (size_t i = 0; i < n; i++)
        printf("%6.2f", moved_loss(c, DIALS_4_15, distances[i]));
    printf("\n%-12s%6s%6s%6s%6s%6s\n", "these flat", "0", "1", "2-3", "4-15", "1-15");
    printf("%-12s", "loss");
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++)
        printf("%6.2f", moved_loss(c, flat[i], FLAT));
    printf("\n");
}

// RoPE's loss at position 47 with what some dials add at distance 47 moved to its mean beyond 15.
static double loss_flat_at_47(contest *c, uint32_t some)
{
    double loss = 0.0, change[TEST_LEN] = {0.0};
    for (size_t seed = 0; seed < c->n_seeds; seed++) {
        const measurement *result = &c->results[AT_ROPE][seed];
        change[47] = added_beyond(result, some) - added_by(result, some, 47);
        if (isnan(loss_changed(c, seed, change)))
            return NAN;
        loss += mean_loss(c->control, 1, 47, 48) / (double)c->n_seeds;
    }
    return loss;
}

// Losses at 46 and 47, and the leads over met and new distances.
static void show_agreement(contest *c)
{
    heading("Two dials that agree again");
    if (!c->done[AT_ROPE]) {
        scheme_waits(&c->schemes[AT_ROPE]);
        return;
    }
    printf("%-12s%6s%6s%6s%6s\n", "these turn", "at 46", "at 47", "met", "new");
    for (size_t row = 0; row < N_CONTROLS; row++) {
        if (controls[row].still == DIALS_0_1)
            continue;
        printf("%-12s", controls[row].name);
        for (size_t i = 0; i < 4; i++)
            printf("%6.2f", c->agree[row][i]);
        printf("\n");
    }
    model_init(&c->w.m, &c->schemes[AT_ROPE], c->first_seed);
    printf("%-24s%6.2f%6.2f\n", "flat at 47: 0-1, 2-15", loss_flat_at_47(c, DIALS_0_1),
           loss_flat_at_47(c, ALL_DIALS - DIALS_0_1));
}

static void run_some_dials(contest *c, const char *name, uint32_t still)
{
    struct scheme some = c->schemes[AT_ROPE];
    some.name = name;
    some.still = still;
    run_scheme(c, c->control, &some, FIRST_TOKEN, NULL);
}

static void show_first_token(contest *c)
{
    double scores[2][TEST_LEN];
    heading("Say again the first token");
    print_heads();
    for (size_t s = AT_TABLE; s < N_SCHEMES; s++) {
        c->done[s] = run_scheme(c, c->results[s], &c->schemes[s], FIRST_TOKEN,
                                s == AT_TABLE ? c->again : NULL);
        if (s == AT_TABLE && c->done[s])
            print_row("asks as at 15", c->again, c->n_seeds);
    }
    keep_contest(c, FIRST_TOKEN);
    run_some_dials(c, "dials 0 to 2", ALL_DIALS - DIALS_0_2);
    run_some_dials(c, "0, 1, 8 to 15", DIALS_2_7);
    draw_losses("loss-first-token", "The first token: loss at each position", c);
    if (c->done[AT_ROPE]) {
        mean_scores(scores[0], c->results[AT_ROPE], c->n_seeds);
        mean_scores(scores[1], c->results[AT_BASE_2], c->n_seeds);
        draw_scores("first-scores", "The first token: score at each distance", c,
                    scores[0], scores[1], TEST_LEN);
    }
}

// The other bases.
static bool sweep_bases(contest *c)
{
    struct scheme rope = c->schemes[AT_ROPE];
    bool done = c->done[AT_ROPE];
    for (size_t which = 0; which < 2; which++)
        for (size_t i = 0; i < N_BASES && done; i++) {
            if (c->is_kept[which][i])
                continue;
            rope.base = bases[i].base;
            done = run_seeds(c, c->control, &rope, (task)which, NULL);
            keep_losses(c, (task)which, i, c->control);
        }
    clear_live_line();
    return done;
}

static void show_bases(contest *c)
{
    heading("From base 1 to base 10,000");
    if (!sweep_bases(c)) {
        scheme_waits(&c->schemes[AT_ROPE]);
        return;
    }
    printf("%7s%7s%11s%11s%6s\n", "base", "finish", "back 32-63", "first 3-15", "32-63");
    for (size_t i = 0; i < N_BASES; i++)
        printf("%7s%7zu%11.2f%11.2f%6.2f\n", bases[i].name,
               N_DIALS - unfinished_dials(WIDTH, bases[i].base, TRAIN_LEN),
               c->far_out[THREE_BACK][i], c->met[FIRST_TOKEN][i],
               c->far_out[FIRST_TOKEN][i]);
}

// Seven learning rates for each way to know positions.
static void sweep_rates(contest *c, task which)
{
    static const double rates[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.06};
    for (size_t s = AT_TABLE; s < N_SCHEMES; s++)
        for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
            struct scheme scheme = c->schemes[s];
            char name[32];
            if (i == 0)
                printf("%s\n", scheme.name);
            scheme.rate = rates[i];
            snprintf(name, sizeof name, "rate %g", rates[i]);
            scheme.name = name;
            run_scheme(c, c->control, &scheme, which, NULL);
        }
}

static void show_rates(contest *c)
{
    heading("Seven learning rates: three back");
    print_heads();
    sweep_rates(c, THREE_BACK);
    heading("Seven learning rates: first token");
    print_heads();
    sweep_rates(c, FIRST_TOKEN);
}

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

static size_t arena_size(const arena *a)
{
    return a->n_tokens * a->n_heads * a->d_head;
}

static double time_copy(const arena *a, size_t times)
{
    const double start = seconds();
    for (size_t n = 0; n < times; n++)
        some_memcpy(a->copy, a->x, arena_size(a) * sizeof(float));
    return seconds() - start;
}

// A plain loop that only copies.
static void copy_loop(float *restrict copy, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i += 32) {
        float block[32];
        for (size_t j = 0; j < 32; j++)
            block[j] = x[i + j];
        for (size_t j = 0; j < 32; j++)
            copy[i + j] = block[j];
    }
}

static void (*volatile const some_copy_loop)(float *restrict, const float *restrict,
                                             size_t) = copy_loop;

static double time_copy_loop(const arena *a, size_t times)
{
    const double start = seconds();
    for (size_t n = 0; n < times; n++)
        some_copy_loop(a->copy, a->x, arena_size(a));
    return seconds() - start;
}

// Seconds for turns of the whole array; NAN if the exercise is not written.
static double time_rope(const arena *a, rope_function *rope, size_t times)
{
    const double start = seconds();
    for (size_t n = 0; n < times; n++)
        if (!rope(a->x, a->cosines, a->sines, a->n_tokens, a->n_heads, a->d_head))
            return NAN;
    return seconds() - start;
}

static double least(double a, double b)
{
    return b < a ? b : a;
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
        best = least(best, seconds() - start);
    }
    return best;
}

static void report(const char *what, double ratio, bool at_least, double want)
{
    const bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-58s ~%-7.3g want %s %-4g %s\n", what, ratio, at_least ? ">=" : "<=", want,
           ok ? "ok" : "missed");
}

// Best of `rounds`, taken in turns: memcpy, a loop that copies, a turn.
static void race(double best[3], const arena *a, rope_function *rope, size_t rounds,
                 size_t times)
{
    best[0] = best[1] = best[2] = INFINITY;
    for (size_t round = 0; round < rounds; round++) {
        best[0] = least(best[0], time_copy(a, times));
        best[1] = least(best[1], time_copy_loop(a, times));
        best[2] = least(best[2], time_rope(a, rope, times));
    }
}

// Larger than the caches: a turn against memcpy. Else: against the best of what only copies.
static double bench_shape(const char *name, rope_function *rope, const size_t *shape)
{
    arena a = arena_open(shape[0], shape[1], shape[2]);
    char what[96];
    double best[3];
    const bool cached = shape[0] < 4096;
    race(best, &a, rope, shape[3], shape[4]);
    snprintf(what, sizeof what, "time of %s / %s, %zu x %zu x %zu", name,
             cached ? "best copy" : "memcpy", shape[0], shape[1], shape[2]);
    if (!cached)
        report(what, best[2] / best[0], false, 1.0);
    else
        printf("%-58s ~%-7.3g (in the cache)\n", what, best[2] / least(best[0], best[1]));
    if (shape[0] == 1024)
        report("time of sinf and cosf for each pair / the same", time_calls(&a) / best[2],
               true, 10.0);
    arena_close(&a);
    return best[2];
}

// the time of a turn in the cache
static double bench_rope(const char *name, rope_function *rope)
{
    // tokens, heads, d_head, rounds, turns a round
    static const size_t shapes[3][5] = {
        {4096, 32, 128, 40, 1}, {1024, 12, 64, 200, 1}, {64, 12, 64, 200, 20}};
    double last = NAN;
    for (size_t s = 0; s < 3; s++)
        last = bench_shape(name, rope, shapes[s]);
    return last;
}

static int bench(void)
{
    const float one[2] = {1.0f, 0.0f};
    float x[2] = {1.0f, 0.0f};
    double neighbours = NAN, halves = NAN;
    heading("Benchmark: a turn in place against one copy");
    printf("memcpy is the target where 67 MB are more than the caches hold; sinf "
           "anywhere\n");
    if (rope_interleaved(x, one, one + 1, 1, 1, 2))
        neighbours = bench_rope("rope_interleaved", rope_interleaved);
    else
        waits_for("4.4", "rope_interleaved");
    if (rope_half_split(x, one, one + 1, 1, 1, 2))
        halves = bench_rope("rope_half_split", rope_half_split);
    else
        waits_for("4.5", "rope_half_split");
    if (!isnan(neighbours) && !isnan(halves))
        printf("%-58s ~%-7.3g (in the cache)\n", "time of halves / neighbours",
               halves / neighbours);
    return 0;
}

/*
## What you can change

The program takes settings: `build/04_positions base=2 seed=7`, or any of them.
`build/04_positions settings` prints the table. The numbers in the text are those of the
defaults. Is one learning rate fair to all? `controls=1` tries seven for every way to know
positions, on both tasks, and takes more than three times as long: from 0.002 to 0.02 the order of
the four at positions 32 to 63 stays, three back, but how *far* RoPE fails is the rate's work too.
At 0.03 its lead over the sinusoid is gone (from `seed=101` on, nearly).
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
    {"seed", "whole", "1", 1, 1000000, "the first seed of the trainings"},
    {"seeds", "whole", "16", 1, 64, "how many trainings stand behind each line"},
    {"base", "number", "10000", 1, 10000000,
     "RoPE's base, in the scores and the contest"},
    {"rate", "number", "0.01", 0.0001, 1, "the learning rate"},
    {"order", "whole", "6", 1, 6, "the order of the three words that is compared"},
    {"mask", "whole", "0", 0, 1, "1: \"bites\" hears no later word"},
    {"distance", "whole", "3", 1, 50, "how far apart rows, queries and keys are"},
    {"controls", "whole", "0", 0, 1, "1: seven learning rates, too"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static contest *contest_open(char **args)
{
    contest *c = allocate(sizeof *c);
    memset(c, 0, sizeof *c);
    c->first_seed = (size_t)setting_number(settings, args, "seed");
    c->n_seeds = (size_t)setting_number(settings, args, "seeds");
    const struct scheme none = {.name = "no positions",
                                .kind = NO_POSITIONS,
                                .base = 10000.0,
                                .rate = setting_number(settings, args, "rate")};
    for (size_t s = 0; s < N_SCHEMES; s++)
        c->schemes[s] = none;
    c->schemes[AT_TABLE].name = "learned table";
    c->schemes[AT_TABLE].map = c->maps[0];
    c->schemes[AT_TABLE].kind = LEARNED_TABLE;
    c->schemes[AT_TABLE].spread = 0.5;
    c->schemes[AT_SINUSOID].name = "sinusoid";
    c->schemes[AT_SINUSOID].map = c->maps[1];
    c->schemes[AT_SINUSOID].kind = SINUSOID;
    c->schemes[AT_ROPE].name = "RoPE";
    c->schemes[AT_ROPE].map = c->maps[2];
    c->schemes[AT_ROPE].kind = c->schemes[AT_BASE_2].kind = ROPE;
    c->schemes[AT_ROPE].base = setting_number(settings, args, "base");
    c->schemes[AT_BASE_2].name = "RoPE, base 2";
    c->schemes[AT_BASE_2].base = 2.0;
    // 6 rows, 4 controls, 6 rows, 2 bases twice; and 28 rates twice
    c->more = setting_number(settings, args, "controls") > 0.0;
    const size_t rows = c->more ? 76 : 20;
    c->w.steps_all = rows * c->n_seeds * N_STEPS;
    c->w.start = seconds();
    return c;
}

static void show_contest(char **args)
{
    contest *c = contest_open(args);
    show_three_back(c);
    show_controls(c);
    show_held(c);
    show_agreement(c);
    show_first_token(c);
    show_bases(c);
    if (c->more)
        show_rates(c);
    free(c);
}

int main(int argc, char **argv)
{
    char **args = argc > 0 ? argv + 1 : argv;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    if (*args && strcmp(*args, "bench") == 0)
        return bench();
    const double base = setting_number(settings, args, "base");
    const size_t distance = (size_t)setting_number(settings, args, "distance");
    const size_t order = (size_t)setting_number(settings, args, "order") - 1;
    const bool mask = setting_number(settings, args, "mask") > 0.0;
    show_shuffle(order, mask);
    show_table(order, mask);
    show_sinusoid(distance);
    show_rope(base);
    show_scores(distance, base);
    draw_score_maps();
    show_dials();
    show_contest(args);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="4.1"}
For one token that asks, you need a row of scores, then a row of shares, then one mixed
vector. Can the scores and the shares live in the same row of `att`? And which entries of
that row exist when `causal` is true?
:::

::: {.hint exercise="4.1"}
With $K = t + 1$ if causal, else $K$ = `n_tokens`:
$z_s = \sum_i q[t d_h + i]\, k[s d_h + i] / \sqrt{d_h}$ for $s < K$;
$\mathrm{att}[t T + s] = e^{z_s - \max z} / S$ with $S = \sum_{r < K} e^{z_r - \max z}$, and 0
for $s \ge K$; $\sum_{s < K} \mathrm{att}[t T + s]\, v[s d_h + i]$ goes to
$\mathrm{out}[t d_h + i]$.
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
With $H$ = `n_heads`, row $r = t H + h$ of `x` starts at $r\,d_h$ and its angles at
$t\,d_h/2$. With $a = x[r d_h + 2i]$, $b = x[r d_h + 2i + 1]$, $c$ and $s$ from the tables at
$t\,d_h/2 + i$: $x[r d_h + 2i] = ac - bs$ and $x[r d_h + 2i + 1] = as + bc$.
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
As in 4.4, with $a = x[r d_h + i]$ and $b = x[r d_h + i + d_h/2]$, and results to the same two
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
$\varphi_i = (n - m)\, b^{-2i/d_h}$ with $b$ the base, and the score is
$\sum_i (A_i \cos\varphi_i + B_i \sin\varphi_i)$ with
$A_i = q_{2i} k_{2i} + q_{2i+1} k_{2i+1}$ and $B_i = q_{2i+1} k_{2i} - q_{2i} k_{2i+1}$.
:::

::: {.hint exercise="4.6"}
Refuse a `d_head` that is 0 or odd. Convert $m$ and $n$ to `double` before you subtract.
One loop over the pairs: compute the angle with `pow`, the two products in brackets, and
add both terms to a `double` sum. Store the sum through the pointer as a `float`.
:::
*/
