/*
# Do the rows that were not in the batch really stay still? {#optimizers}

Take one row of an embedding table, and show it to the optimizer once: its word is in the
first batch, and does not come again. [A row gets one gradient, in step 1, and none in step
2, none in step 3, none ever: where is it after a thousand steps?]{.teaser}

![One row that was in the batch at step 1 and never again, under four optimizers. A solid
frame is a row that moves in this step, a dashed one a row that stays. The number is the
first of the two that the row has.](drawing:seen-once){alt="Four lines of boxes, one box
for each of the steps 1 to 5. Plain SGD: 0.970, then dashed boxes with the same number.
Momentum: 0.970, 0.943, 0.919, 0.897, 0.877, all in solid frames. Adam: 0.900, 0.833,
0.781, 0.739, 0.703, all solid. Lazy Adam: 0.900, then dashed boxes with the same
number."}

"Only the rows of the words in the batch are updated." Chapter 3 built a fast update on
this sentence, and chapter 5 found its first exception, the tied table. There are more, and
they are not in the model but in the **optimizer**, the rule by which a gradient becomes a
step. The usual ones remember earlier gradients, and whoever remembers can go on without being
told.

You write five such rules and one formula. With them one row is followed through eight
optimizers; then a novel is read under nine, each with a learning rate of its own. And
there the question turns round. It is not only that the absent rows move. You may find
that you do not want to stop them.

The file is `chapters/06_optimizers.c`; `make chapter6` builds it, runs it, and says what to
do next. You need chapter 3's gradient of a few rows, and no more.
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

/*
## Nothing to remember

The row is $(1, -0.5)$, its one gradient $(0.3, -0.1)$, the learning rate 0.1. Under plain
SGD there is one step, $1 - 0.1 \cdot 0.3 = 0.97$, and then there is peace: the gradient is
0, the learning rate times 0 is 0, and the row is the same to the last bit.

The first reason to move without a word is **weight decay**. Many training runs pull every
number a little towards 0 in each step, so that no weight grows without a reason. For SGD
one adds to the gradient a small multiple of the weight itself:

$$w \leftarrow w - \eta \, (g + \lambda w),$$

with $\eta$ the learning rate and $\lambda$ the decay. With $\lambda = 0.1$ each step
without a gradient multiplies the row by $1 - 0.1 \cdot 0.1 = 0.99$. Every row of the
table, seen or not, shrinks by a hundredth. The program's first table shows both.
*/

// w[k] -= learning_rate * dw[k]
static void sgd(float *w, const float *dw, double learning_rate, size_t n)
{
    for (size_t k = 0; k < n; k++)
        w[k] -= (float)learning_rate * dw[k];
}

/*
## The second reason: momentum

A ball that rolls down a valley does not stop where somebody stops pushing. **Momentum**
gives each number of the table a velocity. The gradient changes the velocity, and the
velocity moves the number:

$$u \leftarrow \mu u + g, \qquad w \leftarrow w - \eta u .$$

The factor $\mu$ below 1 is friction; 0.9 is usual. A single gradient $g$ becomes a velocity
$g$, then $0.9 g$, then $0.81 g$: a row seen once goes on.

::: predict
In the first step the row moves by 0.03. If it goes on with nine tenths of that, then with
nine tenths of those, how far does it get in all, in multiples of the first step?

:::: answer
Ten times as far: the sum of 1, 0.9, 0.81 and so on is 10.
::::
:::
*/

/*
## Exercise 6.1: momentum {#sgd-momentum .exercise}

The gradient of a large batch is a good guess of where downhill is, that of a small one a
poor guess. Momentum averages the guesses of about the last ten steps. It moves all `n`
numbers of a table, whether their gradient is 0 or not. Leave out those without a gradient
and it is another optimizer: that is what this chapter is about.

By hand, with one number: $w = 1$, velocity 0, momentum 0.9, learning rate 0.1, and a
gradient of 0.3 in step 1, of 0 in steps 2 and 3.

| step | velocity                       | $w$                              |
|-----:|:-------------------------------|:---------------------------------|
|    1 | $0.9 \cdot 0 + 0.3$ $= 0.3$    | $1 - 0.1 \cdot 0.3$ $= 0.97$     |
|    2 | $0.9 \cdot 0.3 + 0$ $= 0.27$   | $0.97 - 0.027$ $= 0.943$         |
|    3 | $0.243$                        | $0.9187$                         |

The velocity changes first, and the number moves by the *new* one. (There are two customs.
In this one, PyTorch's [@pytorchoptim, `sgd`], the learning rate stands outside of the
velocity. If it stands inside, the two differ as soon as the rate changes.) Both arrays
are the caller's, who clears the velocity before the first step. The learning rate may be
any number, 0 and below too, here and in all that follows. A `momentum` that is not from 0
up to, and not including, 1 is refused, with nothing touched: at 1 there is no friction,
and the row would never stop. Mind NaN, for which every comparison is false.

Rates and factors are `double` in this chapter; exercise 6.3 has the reason. Compute in
`float` or in `double` as you like.
*/

// velocity[k] = momentum * velocity[k] + dw[k];  then  w[k] -= learning_rate * velocity[k]
//   w, velocity [n]: both are changed   dw [n]
// false, and w and velocity untouched, unless 0 <= momentum < 1; else true, also for n 0
// (n 0 and a bad momentum: either is right)
EXERCISE bool sgd_momentum(float *w, float *velocity, const float *dw,
                           double learning_rate, double momentum, size_t n)
{
    // your code here
    (void)w, (void)velocity, (void)dw, (void)learning_rate, (void)momentum, (void)n;
    return false;
}

/*
### Pushed once, moving on

::: {.output section="One row, seen once" set="rate momentum decay"}
:::

The steps of a row that was seen once form a geometric series,
$1 + \mu + \mu^2 + \dots = 1 / (1 - \mu)$, and with $\mu = 0.9$ that is 10. The row was
pushed by 0.03 and ends at [0.7000]{.n section="One row, seen once"}, ten times as far
away. The output is the first of its two numbers after each step. The last line, *unasked*, is
what it moved after the step in which it had its gradient: nine tenths of the way.

So the learning rates of SGD and of SGD with momentum are not the same thing. Whoever turns
momentum on must divide the rate by ten to go as far as before. On the novel, below, the
best rates differ by just that.

::: belief
**"A gradient of zero means that nothing changes."** A gradient of zero means that the
*loss* asks for no change. What changes is up to the optimizer, and of all the rules in this
chapter plain SGD, Adagrad and lazy Adam are the only ones for which the sentence is true.
:::

## A rate for each number

One learning rate for all rows is a compromise. The comma's row is moved nearly every step
and has had all the votes that it needs; the row of a word that occurs twice has two
chances. **Adagrad** gives each number its own rate. It adds up the squares of all
gradients that the number ever had, and divides by the root of the sum:

$$q \leftarrow q + g^2, \qquad w \leftarrow w - \eta \frac{g}{\sqrt{q} + \varepsilon}.$$

At the first gradient the root is $|g|$ itself, so the first step is one learning rate,
$\eta$, whatever the size of the gradient: 0.3 and 0.0003 move a number equally far. After
a hundred gradients of about the same size it is a tenth of that. A number that is moved
often gets careful, and a rare one still takes long steps. Its inventors had rare features
in mind: seldom there, but telling when they are [@duchi2011, abstract].

And if there is no gradient? $q$ does not change, and 0 divided by something is 0. Adagrad
remembers, but it does not act on what it remembers: a row that was not in the batch stays
where it is. So one may skip it, and the update can be as sparse as that of chapter 3.
*/

/*
## Exercise 6.2: Adagrad, for the rows of a batch {#adagrad-rows .exercise}

The gradient comes as a list, as `coalesce_rows` made it in chapter 3: `rows` ascend, each
is there once, and `drows[k]` is the sum of all that the batch wants of row `rows[k]`. Here
you see why it had to be coalesced. Two entries of 0.3 for one row would be squared one by
one, $0.09 + 0.09$; the sum is 0.6, and its square 0.36.

By hand: `d_model` 1, `wte` (1, 1), `squares` (0, 0.16), and the list has one entry, row 1
with gradient 0.3; learning rate 0.1. `squares[1]` becomes $0.16 + 0.09 = 0.25$, its root is
0.5, and `wte[1]` becomes $1 - 0.1 \cdot 0.3 / 0.5 = 0.94$. Row 0 is not touched.

First add the square, then take the root of the *sum*, as it is stored or before it is
rounded. The small number `epsilon` stands outside of the root. It is there for the number
whose gradients were all 0: $0 / (0 + \varepsilon)$ is 0, and $0 / 0$ would be NaN. So an
`epsilon` that is not above 0 is refused. (One of $10^{-50}$ is above 0; it is a `double`,
and a `float` would make it 0 again.) Refused too, as in chapter 3, is a list that does
not ascend strictly or has a row that is not below `vocab_size`; a bad list is bad even if
the rows hold no numbers. No rows are a good list.
*/

// squares[rows[k]][i] += drows[k][i]^2
// then  wte[rows[k]][i] -= learning_rate * drows[k][i] / (root + epsilon),
//   root = sqrt(squares[rows[k]][i])
//   wte, squares [vocab_size][d_model]: both are changed
//   rows [n_rows]   drows [n_rows][d_model]
// false, and wte and squares untouched, if rows do not ascend strictly or one is not below
// vocab_size, whatever d_model is, or if epsilon is not above 0; else true, also for no rows
// or d_model 0 (nothing to move and a bad epsilon: either is right)
EXERCISE bool adagrad_rows(float *wte, float *squares, const uint32_t *rows,
                           const float *drows, double learning_rate, double epsilon,
                           size_t n_rows, size_t vocab_size, size_t d_model)
{
    // your code here
    (void)wte, (void)squares, (void)rows, (void)drows, (void)learning_rate, (void)epsilon,
        (void)n_rows, (void)vocab_size, (void)d_model;
    return false;
}

/*
## Both at once: Adam

Adagrad never forgets, so its steps only get shorter. **Adam** [@kingma2015, algorithm 1]
forgets slowly, and adds momentum. It keeps two running means of each number's gradients:
of the gradient itself, over about the last ten steps, and of its square, over about the
last thousand.

$$\begin{aligned}
\mathrm{mean} &\leftarrow \beta_1 \, \mathrm{mean} + (1 - \beta_1) \, g \\
\mathrm{square} &\leftarrow \beta_2 \, \mathrm{square} + (1 - \beta_2) \, g^2
\end{aligned}$$

with $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Both begin at 0, and so both are too small at
first: after one gradient, mean is a tenth of it. After $n$ steps the factors that have been
used up sum to $1 - \beta^n$, so one divides by that. This is the **bias correction**:

$$w \leftarrow w - \eta \,
\frac{\mathrm{mean} / (1 - \beta_1^n)}{\sqrt{\mathrm{square} / (1 - \beta_2^n)} + \varepsilon} .$$

The fraction is about the size of 1 if the gradients of a number agree, and about 0 if they
contradict each other. So a step of Adam is about one learning rate, whatever the scale
of the loss. How far "about" can go, you will see in exercise 6.6.

::: predict
At step 1 our row has its gradient, and moves by one learning rate. Then nothing. Mean
shrinks by a tenth in each step. How many learning rates does the row move in all? As many
as with momentum, ten? More? Fewer?

:::: answer
About six: one at once, and five more that nobody asked for.
::::
:::
*/

/*
## Exercise 6.3: Adam {#adam .exercise}

Write the rule for all `n` numbers of a table. `step` is $n$ of the formula, and counts from
1: it is the number of this step in the training, one count for the whole table, not one for
each row.

By hand, with one number: $w = 1$, mean and square 0, learning rate 0.1.

|                | step 1                              | step 2                                |
|:---------------|:------------------------------------|:--------------------------------------|
| gradient       | 0.3                                 | 0                                     |
| mean           | 0.03                                | 0.027                                 |
| square         | 0.00009                             | 0.00008991                            |
| corrected mean | 0.3                                 | 0.14211                               |
| and square     | 0.09                                | 0.04498                               |
| $w$            | $1$ ${} - 0.1 \cdot 0.3 / 0.3$ $= 0.9$ | $0.9$ ${} - 0.1 \cdot 0.6701$ $= 0.83299$ |

(In step 2 the mean is divided by $1 - 0.9^2 = 0.19$, and the square by
$1 - 0.999^2 = 0.001999$; the root of 0.04498 is 0.21208.)

Here a `float` is too coarse for once. The float nearest to 0.999 is 0.99900001, and 1 minus
that is 0.00099998713: wrong in the fifth digit, in every gradient that you square and in
the correction of the first steps. So the factors come as `double`. Take $1 - \beta$ and the
two corrections in `double`; the means and the step may be computed in `float`. Use `pow`,
once for a call, not for each number: `step` may be ten billion, and no loop should count to
it.

`epsilon` stands outside of the root, and is added *after* the bias correction; that is
the paper's algorithm 1, and PyTorch's `Adam`. It must be above 0, as before, and a `float`
must not make it 0. A `step` of 0, or a beta that is not from 0 up to, and not including,
1, is refused as well, and nothing is touched.
*/

// mean[k]   = beta1 * mean[k]   + (1 - beta1) * dw[k]
// square[k] = beta2 * square[k] + (1 - beta2) * dw[k]^2
// w[k] -= learning_rate * (mean[k] / (1 - beta1^step))
//                       / (sqrt(square[k] / (1 - beta2^step)) + epsilon)
//   w, mean, square [n]: all three are changed   dw [n]   step counts from 1
// false, and nothing touched, unless step > 0, 0 <= beta1 < 1, 0 <= beta2 < 1, epsilon > 0;
// else true, also for n 0 (n 0 and one of them bad: either is right)
EXERCISE bool adam(float *w, float *mean, float *square, const float *dw, uint64_t step,
                   double learning_rate, double beta1, double beta2, double epsilon,
                   size_t n)
{
    // your code here
    (void)w, (void)mean, (void)square, (void)dw, (void)step, (void)learning_rate,
        (void)beta1, (void)beta2, (void)epsilon, (void)n;
    return false;
}

/*
### One step, and five more

::: {.output section="Adagrad and Adam" set="beta1 beta2 seen"}
:::

One appearance was one step of a learning rate, 0.1. Then the row drifted on to
[0.3994]{.n section="Adagrad and Adam"}: five more learning rates, without a single
gradient. Mean fades by a tenth a step, as a velocity does. But the root of square is
*also* fading, and the two corrections are still growing, each at its own pace, so that
the way is neither one step nor ten. Exercise 6.6 computes it.

Both numbers of the row go equally far, though one gradient was 0.3 and the other $-0.1$.
Adam does not ask how strong the wish was.

::: aside
Adam means *adaptive moment estimation*. Mean and square are the first two moments of the
gradient, and the paper calls them m and v. In this course v is a token.
:::

![The first number of the row. Look at the first step, then cover it with your thumb: all
that you still see moving happens without any
gradient.](figure:optimizers-once){#fig-optimizers-once}

## Decay that divides by itself

Weight decay for SGD is a term in the gradient, $g + \lambda w$. It is tempting to do the
same for Adam: add $\lambda w$ to the gradient, and let Adam do the rest. Such a term is
called **L2 regularisation**, since it is the slope of $\frac{\lambda}{2} w^2$, added to
the loss.

::: predict
A word that never occurs, in no batch, from the first step to the last. Its row is 1, the
learning rate 0.01, the decay a millionth. After ten steps of Adam with L2, is it 0.9999999,
0.999, or 0.9?

:::: answer
About 0.9. The decay hardly matters.
::::
:::

Think of what Adam does to a gradient: it divides it by its usual size. A row that is never
seen has the gradient $\lambda w$ in every step and no other. Its usual size is
$\lambda |w|$. The quotient is the sign of $w$, and $\lambda$ has cancelled. The word moves
towards 0 by a *full learning rate a step*, as fast as a word whose gradients all agree,
however small the decay. (Only $\varepsilon$ notices: with a decay of $10^{-6}$ it is a
hundredth of the gradient.)

The cure is to keep decay out of what Adam averages and divides. Shrink the weights
directly, and give Adam the bare gradient. This is **decoupled** weight decay, and Adam with
it is called AdamW [@loshchilov2019, algorithm 2]. For SGD the two ways are the same; for
Adam they are not.
*/

/*
## Exercise 6.4: AdamW {#adamw .exercise}

First every number shrinks to $(1 - \eta \lambda) w$, with $\eta$ the learning rate and
$\lambda$ the `weight_decay`. Then comes a step of Adam, exactly that of exercise 6.3, with
the gradient as it is. The order matters a little: a decay that comes last also shrinks the
step that Adam has just taken.

By hand: $w = 1$, mean and square 0, gradient 0.3, step 1, learning rate 0.1, decay 0.1.
Decay makes 0.99 of 1, and Adam's step takes 0.1 away: 0.89. Mean and square are 0.03 and
0.00009, as they were without decay.

What `adam` refuses is refused here. So is a `weight_decay` that is negative or NaN. You may
call your own `adam`. But if it refuses, `w` must not have shrunk already.
*/

// w[k] -= learning_rate * weight_decay * w[k];  then the step of adam
//   w, mean, square [n]: all three are changed   dw [n]   step counts from 1
// false, and nothing touched, unless step > 0, 0 <= beta1 < 1, 0 <= beta2 < 1, epsilon > 0
// and weight_decay >= 0; else true, also for n 0 (n 0 and one of them bad: either is right)
EXERCISE bool adamw(float *w, float *mean, float *square, const float *dw, uint64_t step,
                    double learning_rate, double beta1, double beta2, double epsilon,
                    double weight_decay, size_t n)
{
    // your code here
    (void)w, (void)mean, (void)square, (void)dw, (void)step, (void)learning_rate,
        (void)beta1, (void)beta2, (void)epsilon, (void)weight_decay, (void)n;
    return false;
}

/*
::: {.output section="A word that never occurs"}
:::

With a decay of a millionth the row is at [0.9014]{.n section="A word that never occurs"},
with a decay a million times as large at [0.9003]{.n section="A word that never occurs"}.
The decay is no dial any more; it is a switch. AdamW and SGD do what the word promises:
with a decay of 1 they take away a hundredth a step, with less they take less.

::: aside
AdamW with a decay of a millionth leaves the row at exactly 1. One step should make it
$1 - 10^{-8}$; the floats below 1 lie $6 \cdot 10^{-8}$ apart, and the nearest one is 1. In
`float`, a decay that is small enough is none at all.
:::

![A row that is in no batch, with a decay of 0.1 and a learning rate of 0.01. Look at the
straight line: Adam with L2 takes one learning rate a step until there is nothing left to
take.](figure:optimizers-never){#fig-optimizers-never}

## Two meanings of a sparse gradient

The gradient of an embedding is nearly all zeros, and a program can store it as a list of
rows. But what does the list *say* of the rows that are not on it? There are two readings.

- "Their gradient is 0." Then Adam has work to do for every row: its mean fades, its square
  fades, and it moves. The list saves only room.
- "There is no news of them." Then nothing of theirs is touched, neither row nor mean nor
  square. The list saves the work.

Both are in use under the name of Adam. The documentation of TensorFlow 2 says of its Adam
that, with a sparse gradient, it "does apply momentum to variable slices even if they were
not used in the forward pass", so that "the sparse behavior is equivalent to the dense
behavior" [@tensorflowadam]. PyTorch's `SparseAdam`, made for `nn.Embedding(sparse=True)`,
"only updates the moments and parameters corresponding to the non-zero values of the
gradients" [@pytorchsparseadam]. An embedding without that flag hands PyTorch's `Adam` a
gradient full of zeros, and the absent rows move.

So whether "only the rows in the batch" is true of a model that is trained with Adam
depends on whose Adam it is, and on what that takes a missing row to mean.
*/

/*
## Exercise 6.5: lazy Adam {#sparse-adam .exercise}

Write the second reading, as PyTorch's `SparseAdam` has it. The list is that of exercise
6.2. For the rows on it mean and square are changed as in exercise 6.3, and the row moves.
For all others nothing changes: a mean that was 0.03 when its word was last seen is 0.03
when it comes again, be it ten thousand steps later. `step` still counts the steps of the
whole training, and not how often a row was seen.

One thing is different, and you must know it to compare numbers: here `epsilon` is added
*before* the bias correction.

$$w \leftarrow w - \eta \, \frac{\sqrt{1 - \beta_2^n}}{1 - \beta_1^n} \cdot
\frac{\mathrm{mean}}{\sqrt{\mathrm{square}} + \varepsilon}$$

Without $\varepsilon$ this is the formula of exercise 6.3. With it, $\varepsilon$ counts for
$1 / \sqrt{1 - \beta_2^n}$ times as much: 32 times at step 1, once when training is old.
TensorFlow's Adam adds it there too, and Kingma and Ba give that form at the end of their
section 2, just before 2.1, where it saves some work [@kingma2015]. (PyTorch has both in one
file, and you can compare the lines [@pytorchoptim].)

By hand: `d_model` 1, `wte` (1, 1), mean and square all 0, one entry, row 0 with gradient
0.3; step 1, learning rate 0.1, `epsilon` $10^{-8}$. Mean is 0.03 and square 0.00009 with
the root 0.0094868. The factor in front is $0.1 \cdot 0.0316228 / 0.1 = 0.0316228$, and
`wte[0]` becomes $1 - 0.0316228 \cdot 0.03 / 0.0094868$ $= 0.9000001$. Row 1 stays, and so
do its mean and square.

Refused is what exercise 6.2 and exercise 6.3 refuse.
*/

// for the rows r = rows[k] only:
//   mean[r][i]   = beta1 * mean[r][i]   + (1 - beta1) * drows[k][i]
//   square[r][i] = beta2 * square[r][i] + (1 - beta2) * drows[k][i]^2
//   wte[r][i] -= learning_rate * sqrt(1 - beta2^step) / (1 - beta1^step)
//                * mean[r][i] / (sqrt(square[r][i]) + epsilon)
//   wte, mean, square [vocab_size][d_model]: all three are changed
//   rows [n_rows]   drows [n_rows][d_model]   step counts from 1
// false, and nothing touched, if rows do not ascend strictly or one is not below
// vocab_size, whatever d_model is, or unless step > 0, 0 <= beta1 < 1, 0 <= beta2 < 1,
// epsilon > 0; else true, also for no rows or d_model 0 (nothing to move and a bad beta,
// epsilon or step: either is right)
EXERCISE bool sparse_adam(float *wte, float *mean, float *square, const uint32_t *rows,
                          const float *drows, uint64_t step, double learning_rate,
                          double beta1, double beta2, double epsilon, size_t n_rows,
                          size_t vocab_size, size_t d_model)
{
    // your code here
    (void)wte, (void)mean, (void)square, (void)rows, (void)drows, (void)step,
        (void)learning_rate, (void)beta1, (void)beta2, (void)epsilon, (void)n_rows,
        (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="Two meanings of a sparse gradient"}
:::

The same row, the same gradient, the same rule, two programs. After the first step they
differ by [0.0000001]{.n section="Two meanings of a sparse gradient"}, which is the place of
$\varepsilon$. After a thousand they differ by half a unit, which is the meaning of a list.

## What is still to come

How far will a row drift that has been seen once? We have watched it; now we compute it.
Say the one gradient, $g$, came at step $s$ of the training. At step $n \ge s$ mean is
$(1 - \beta_1) \beta_1^{n-s} g$ and square is $(1 - \beta_2) \beta_2^{n-s} g^2$. Put both
into Adam's rule, without $\varepsilon$: $g$ cancels but for its sign, and what is left is
the length of step $n$, in learning rates:

$$a_n = \frac{(1 - \beta_1) \, \beta_1^{\,n-s} \, / \, (1 - \beta_1^n)}
{\sqrt{(1 - \beta_2) \, \beta_2^{\,n-s} \, / \, (1 - \beta_2^n)}} .$$

When training is old, both corrections are 1 and each step is
$r = \beta_1 / \sqrt{\beta_2}$ times the one before: a geometric series again, and its sum
is known. With the usual betas $r = 0.90045$.

::: predict
The first time that a row is seen, its mean and square are both 0. If that is at step 1,
the row moves by one learning rate. And if a rare word is seen for the first time at step
100,000?

:::: answer
By [3.1623]{.n section="What is still to come"} at once, and then by
[28.6036]{.n section="What is still to come"} more.
::::
:::
*/

/*
## Exercise 6.6: what is left to come {#adam-drift .exercise}

Give the way that Adam will still move a row whose only gradient came at step `seen`: the
sum of $a_n$ over $n =$ `from`, `from` + 1, and so on without end, in learning rates. From
`from` = `seen` it is the whole way; from `seen` + 1, what comes after the one step that
had a gradient.

By hand, with $\beta_1 = 0.5$ and $\beta_2 = 0.64$, whose root is 0.8, and `seen` = 1:

| $n$ | above                   | below                                  | $a_n$  |
|----:|:------------------------|:---------------------------------------|-------:|
|   1 | $\frac{0.5}{0.5} = 1$   | $\sqrt{\frac{0.36}{0.36}} = 1$         | 1      |
|   2 | $\frac{0.25}{0.75}$ $= 0.3333$ | $\sqrt{\frac{0.2304}{0.5904}}$ $= 0.6247$ | 0.5336 |
|   3 | $\frac{0.125}{0.875}$ $= 0.1429$ | $\sqrt{\frac{0.147456}{0.737856}}$ $= 0.4470$ | 0.3196 |

and so on. Late in training, with `seen` and `from` both 1,000, the first step is
$0.5 / 0.6 = 0.8333$, each next one $0.5 / 0.8 = 0.625$ times as long, and the sum is
$0.8333 / (1 - 0.625) = 2.2222$.

Nine digits are asked for. Add steps until one is too small to matter, or, when both
corrections have become 1, take the rest of the geometric series at once. (Do not go on for
a thousand steps more to be safe: where both powers have come down to 0, even in `double`, a
step is $0 / 0$.) Do not begin to count at 1: `seen` may be ten billion. Return `NAN` if
`seen` is 0, if `from` is below `seen`, if `beta1` is not from 0 up to, and not including,
1, or `beta2` is not between 0 and 1, both excluded. That is asked first. Then, if $r$ is 1
or more, that is if $\beta_1^2 \ge \beta_2$, the steps do not get shorter, and the way is
`INFINITY`.
*/

// sum over n = from, from + 1, ... of
//   (1 - beta1) beta1^(n - seen) / (1 - beta1^n)
//   / sqrt((1 - beta2) beta2^(n - seen) / (1 - beta2^n))
// to nine digits
// NAN unless 0 < seen <= from, 0 <= beta1 < 1, 0 < beta2 < 1;
// of what is left, INFINITY if beta1^2 >= beta2
EXERCISE double adam_drift(uint64_t seen, uint64_t from, double beta1, double beta2)
{
    // your code here
    (void)seen, (void)from, (void)beta1, (void)beta2;
    return NAN;
}

/*
### Late is far

::: {.output section="What is still to come" follows="rate momentum decay beta1 beta2 seen"}
:::

Seen at step 1, the row moves by 1 and then by
[5.0055]{.n section="What is still to come"}, the five learning rates that we have
watched. Now look down the table. A word that is seen for the first time late in training
takes a first step of [3.1623]{.n section="What is still to come"} learning rates, and
then drifts on by [28.6036]{.n section="What is still to come"}. One appearance,
thirty-two learning rates.

The bias correction is to blame, or rather its absence. It corrects for a training that
has just begun. At step 100,000 it is 1, for every row. But for *this* row everything has
just begun: mean is a tenth of the gradient and square a thousandth of its square, and
$0.1 / \sqrt{0.001} = 3.16$. About step 10 it is the mean's correction that is missed most,
and the first step is only half a learning rate.

![How far a row moves under Adam that is seen once, at this step of the training. Look at
the right edge: the newcomer of an old training moves
farthest.](figure:optimizers-drift){#fig-optimizers-drift}

::: think
Lazy Adam takes the same first step as Adam, 3.16 learning rates late in training. Why
does a count for each row, instead of one for the table, change that?

:::: answer
With $n = 1$ at a row's first appearance, whenever that is, the corrections undo what
the zeros at the beginning have done: the step is one learning rate. That would be a third
optimizer, neither Adam nor PyTorch's lazy one.
::::
:::
*/

/*
## The novel under nine rules

So far a row was alone. Now two tables learn: the next-word model of chapter 3, untied, on
*Emma*, with 2,000 words and rows of 32 numbers. Half of its pairs are read, in a random
order. Both tables are moved by the same rule, each rule has a learning rate of its own,
and the rate falls to 0 in a straight line.

Seven of the rules you know: SGD, momentum, Adagrad, Adam, Adam with L2, AdamW and lazy
Adam. Two more, `lazy, beta1=0` and `lazy, fading`, are controls that come into play below.
Lazy Adam needs a word. The output table has a gradient in every row at every step
(chapter 3), so there is nothing to be lazy about: it is moved by your `adam`, and only the
input table by your `sparse_adam`.

The rates were tuned for this text, one by one: each is the best, or within 0.001 of the
best, on a grid that goes past it on both sides (`build/06_optimizers controls=1` tries
seven around each): 8 for SGD, 0.8 for momentum, 0.5 for Adagrad, 0.028 for lazy Adam, 0.06
for the one that fades, and 0.022 for the other four. So were the two decays (`controls=3`
tries six of each). A rule that needs the whole gradient gets it, zeros and all; the others
get the list.

::: predict
Of Adam and lazy Adam, which will have the lower loss after *rare* words, the one whose rows
drift while their words are away, or the one whose rows keep still?

:::: answer
Adam; and lazy Adam is the last of all nine.
::::
:::

Of each rule the output gives the loss on the held-out words, after all words and after rare
ones, those that are not among the 500 most frequent; how far the rows of the hundred rarest
words of the table have moved, and those of the hundred most frequent; and how many rows of
the input table a step moves.

::: {.output section="The novel under nine rules" set="passes factor"}
:::

Begin with the last column. SGD, Adagrad and lazy Adam move the
[27]{.n section="The novel under nine rules"} rows that a batch of 32 words has. Adam
moves [894]{.n section="The novel under nine rules"} of 2,000, and momentum about as many.
Why not all? Because a drift fades: some 150 steps after a row was seen, what is left of
its mean is too small to change the last bit of a `float`. Decay moves every row. So much
for the sentence.

Now the losses. Plain SGD, which remembers nothing, is as good as Adam once its rate is
right. (Its best rate is 8, and Adam's is 0.022. Whoever gives both the same rate compares
nothing.) But look at lazy Adam. Of nine rules it is the *last*. After rare words it pays
[4.874]{.n section="The novel under nine rules"} nats where Adam pays
[4.517]{.n section="The novel under nine rules"}. The rule that leaves the absent rows in
peace is the worst one for the words that are absent most.

## Orders in storage

Two things are different in lazy Adam. The absent rows *stand still*; and what is
remembered of them *does not fade*. Which of the two does the harm? The last two lines
take them apart.

*Fading* is a rule that nobody uses, made for this question. Mean and square of all rows
fade as in Adam, but only the rows of the batch are moved. So the rows stand still as in
lazy Adam, and with a rate that suits it, 0.06, that costs nearly nothing:
[4.506]{.n section="The novel under nine rules"} against Adam's
[4.502]{.n section="The novel under nine rules"}.

*With $\beta_1 = 0$* for the input table lazy Adam has no mean to keep: the mean is the
gradient of this very step. The rows stand still, the squares do not fade, and the loss is
[4.493]{.n section="The novel under nine rules"}. So it is not the standing still, and not
the squares. It is the mean that was kept.

Think of a gradient as an order, and of the mean as the store where orders wait. (Leave
the division by the root aside for a moment.) In each step Adam pays out a tenth of what
is in the store: a tenth of an order at once, the other nine tenths in the steps that
follow, whether the word is there or not. *That is the drift.* Lazy Adam opens the store
only when the word comes again. Then it pays a tenth of the new order, and a tenth of what
waited. A word that occurs three times takes most of its orders to the end, unpaid; and
what it does pay is mostly old news.

![A row that is in the batch at steps 1, 9 and 20, each time with an order of 100. A bar
is what is paid in a step. Look at what is still in the store after step
32.](drawing:orders-in-storage){alt="Two time lines of 32 steps. Adam pays in every step, a
tenth of what is in the store: bars that begin at 10, 14 and 14 at the three orders and
shrink until the next one; 37 of 300 are left in the end. Lazy Adam pays only at steps 1, 9
and 20: 10, 19 and 27; 244 of 300 are left."}

So the drift that looked like a fault is the better half of momentum's bookkeeping. Where
rows stand still, there should be nothing in storage: take $\beta_1 = 0$, or a rule without
a mean, such as Adagrad.

### Is it luck?

`build/06_optimizers controls=2` trains each rule from eight seeds, at its best rate. It takes
about a minute, so here is what it prints; "rare" is the mean loss after rare words:

| eight seeds     |  mean | least |  most |  rare |
|:----------------|------:|------:|------:|------:|
| SGD             | 4.498 | 4.497 | 4.501 | 4.555 |
| momentum        | 4.501 | 4.495 | 4.505 | 4.563 |
| Adagrad         | 4.503 | 4.490 | 4.512 | 4.518 |
| Adam            | 4.498 | 4.487 | 4.506 | 4.507 |
| Adam + L2       | 4.455 | 4.450 | 4.459 | 4.370 |
| AdamW           | 4.480 | 4.472 | 4.485 | 4.403 |
| lazy Adam       | 4.596 | 4.590 | 4.601 | 4.925 |
| lazy, beta1=0   | 4.492 | 4.484 | 4.498 | 4.482 |
| lazy, fading    | 4.506 | 4.500 | 4.515 | 4.481 |

Lazy Adam's best seed is 0.084 behind Adam's worst. After rare words both controls are
even a little ahead of Adam. The first four rules overlap, and no order should be read out
of them.

It does depend on how long one trains. Read four times (`controls=1 passes=4 factor=0.4`,
seed 1, some minutes), each rule at its best rate, lazy Adam ends at 4.334 and Adam at
4.327: the gap has shrunk from 0.1 to 0.007. A word that comes often enough collects what
was put aside for it. In half a novel few rare words do.

![How far the rows of the input table moved, against how often their word occurs. Look at
the left edge, where the rare words are: under lazy Adam they hardly leave their
birthplace.](figure:optimizers-ways){#fig-optimizers-ways}

A short way is no harm in itself. Under the rule that fades the hundred rarest rows move by
[0.61]{.n section="The novel under nine rules"}, under lazy Adam by
[0.56]{.n section="The novel under nine rules"}; and after rare words the one is ahead of
Adam, and the other the last. It is not how far a row goes, but on which orders.

::: belief
**"AdamW is Adam with the decay put right, so Adam with L2 has no use."** The theory is on
AdamW's side, and so were its authors' measurements on images [@loshchilov2019]. On *this*
text, with a small model of two tables, Adam with L2 is the best of the nine in each of
eight seeds, 0.025 ahead of AdamW, each with the decay that suits it. Read four times, the
two are level: 4.306 and 4.305. Why it wins early is open. Take it as a warning about rules
of thumb, ours included.
:::

## What memory costs

An optimizer's memory is as large as what it remembers. For SGD that is nothing; momentum
and Adagrad keep a number for each number, Adam two.

::: {.output section="A table of 50,257 rows"}
:::

Beside GPT-2's table of 154 MB, Adam keeps [308,779,008]{.n section="A table of 50,257
rows"} bytes: three tables in place of one, before the first word is read. And a step of it
reads and writes all of them, for the sake of 1,024 words. That is what the lazy rules are
for: their work is that of the batch, whatever the table. At GPT-2's full width a lazy step
took about a twentieth of a dense one on the machine that built this page, and a quarter
more than the memory needs to fetch and store the rows that it must touch; `make bench`
measures both. Whether the time saved is worth the orders in storage is a question for each
table.

## What you can now explain

- Why a row moves whose word is away: decay, momentum, and the means of Adam. Why under
  plain SGD, Adagrad and lazy Adam it does not.
- What a single gradient does under Adam: one learning rate at once and five more without
  being asked, or 32 in all if it comes late in training.
- Why L2 in Adam moves a word that never occurs by a full learning rate a step, and why
  decoupled decay does not.
- That a sparse gradient has two meanings, and which program takes which; and where each
  Adam adds its $\varepsilon$.
- Why lazy Adam learns rare words late, and what it has to do with the mean and not with the
  rows.
- What each rule has to keep for a table of GPT-2's size, and what the lazy ones save.

## Three questions to think about

::: think
The input table of chapter 3 has rows for words that stand only in the held-out part, if
somebody chooses the vocabulary from the whole text. What happens to them under each of the
rules?

:::: answer
They never get a gradient. Under SGD, momentum, Adagrad, Adam and lazy Adam they stay at
their random beginning: what has never had a gradient has nothing to remember. Under AdamW
they shrink a little in each step. Under Adam with L2 they go to 0 in as many steps as
their largest number has learning rates. In an *output* table, or a tied one, they get a
gradient in each step, and are told "less" (chapters 3 and 5).
::::
:::

::: think
You train with Adam, freeze a table for ten steps by setting its gradient to zero, and then
let it go on. Was it frozen?

:::: answer
No. A gradient of zero is not the same as no step. The table drifts on its old means for
all of the ten steps. To freeze it, leave it out of the step; then what it remembers does
not fade either, and is paid out when it thaws.
::::
:::

::: think
$\beta_1 = 0.9$, $\beta_2 = 0.81$. How long is the way of a row that was seen once?

:::: answer
Without end: $\beta_1^2 = \beta_2$, so $r = 1$. Mean and the root of square fade at the same
pace, their quotient stays, and the row moves on by the same length for ever; in a program,
until $\varepsilon$ is larger than the root, or square is too small for a `float`. Try
`beta2=0.81`.
::::
:::

## What to read next

- Kingma and Ba [-@kingma2015] give Adam, and in their section 2 both places for
  $\varepsilon$.
- Duchi, Hazan and Singer [-@duchi2011] work out why rare features deserve longer steps.
- Loshchilov and Hutter [-@loshchilov2019] say why decay should stay out of Adam.
- Chapter 7 puts a large table that others have trained under the microscope.
*/

/*
## Behind the scenes {#optimizers-behind}

What makes the numbers that you have read. First the small tools.
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

// one sentence for whoever started the program, then the end of it
static _Noreturn void give_up(int status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("06_optimizers: ", stderr);
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

// a table of weights, its gradient, and what an optimizer remembers
struct table {
    float *w;      // [n_rows][d_model] the weights
    float *dw;     // [n_rows][d_model] their gradient in this step
    float *mean;   // [n_rows][d_model] what momentum and Adam remember of gradients
    float *square; // [n_rows][d_model] what Adagrad and Adam remember of their squares
    size_t n_rows, d_model;
};

// what whoever started the program has chosen: the settings
struct choice {
    double rate, momentum, beta1, beta2, decay; // for the one row
    uint64_t seen;                              // the step in which it has a gradient
    uint64_t seed;
    double passes, factor; // the novel: how often it is read, and all rates times this
    double decay_factor;   // and all decays of the novel times this
};

static struct table open_table(size_t n_rows, size_t d_model)
{
    const size_t n = n_rows * d_model;
    struct table t = {.n_rows = n_rows, .d_model = d_model};
    t.w = allocate(n, sizeof *t.w);
    t.dw = allocate(n, sizeof *t.dw);
    t.mean = allocate(n, sizeof *t.mean);
    t.square = allocate(n, sizeof *t.square);
    return t;
}

static void close_table(struct table *t)
{
    free(t->w);
    free(t->dw);
    free(t->mean);
    free(t->square);
}

/*
The rules, their rates, and what moves a table.
*/

enum optimizer {
    SGD,
    MOMENTUM,
    ADAGRAD,
    ADAM,
    ADAM_L2,
    ADAMW,
    LAZY_ADAM,
    LAZY_NO_MEAN,
    LAZY_FADING,
    SGD_DECAY,
    N_OPTIMIZERS,
    N_ON_NOVEL = SGD_DECAY
};

// what an optimizer is called, what was found best for it on the novel, and which exercise
// it needs
struct recipe {
    const char *name;
    double rate, extra; // extra: momentum or decay
    const char *exercise, *function;
};

static const struct recipe recipes[N_OPTIMIZERS] = {
    [SGD] = {"SGD", 8, 0, NULL, NULL},
    [MOMENTUM] = {"momentum", 0.8, 0.9, "6.1", "sgd_momentum"},
    [ADAGRAD] = {"Adagrad", 0.5, 0, "6.2", "adagrad_rows"},
    [ADAM] = {"Adam", 0.022, 0, "6.3", "adam"},
    [ADAM_L2] = {"Adam + L2", 0.022, 1e-5, "6.3", "adam"},
    [ADAMW] = {"AdamW", 0.022, 0.02, "6.4", "adamw"},
    [LAZY_ADAM] = {"lazy Adam", 0.028, 0, "6.5", "sparse_adam"},
    [LAZY_NO_MEAN] = {"lazy, beta1=0", 0.022, 0, "6.5", "sparse_adam"},
    [LAZY_FADING] = {"lazy, fading", 0.06, 0, "6.3", "adam"},
    [SGD_DECAY] = {"SGD, decay", 8, 0, NULL, NULL},
};

// all that a step needs besides the table
struct step {
    enum optimizer optimizer;
    uint64_t number;    // from 1
    double rate, extra; // extra: momentum or decay
    double beta1, beta2;
    const uint32_t *rows; // [n_rows] the rows that were in the batch, ascending
    const float *drows;   // [n_rows][d_model]
    size_t n_rows;
};

static const double EPSILON = 1e-8;

static bool takes_list(enum optimizer optimizer)
{
    return optimizer == SGD || optimizer == ADAGRAD || optimizer == LAZY_ADAM ||
           optimizer == LAZY_NO_MEAN;
}

// the rules that move the rows of the batch
static bool step_list(struct table *t, const struct step *s)
{
    const size_t d = t->d_model;
    if (s->optimizer == ADAGRAD)
        return adagrad_rows(t->w, t->square, s->rows, s->drows, s->rate, 1e-10, s->n_rows,
                            t->n_rows, d);
    if (s->optimizer != SGD)
        return sparse_adam(t->w, t->mean, t->square, s->rows, s->drows, s->number,
                           s->rate, s->beta1, s->beta2, EPSILON, s->n_rows, t->n_rows, d);
    for (size_t k = 0; k < s->n_rows; k++)
        sgd(t->w + s->rows[k] * d, s->drows + k * d, s->rate, d);
    return true;
}

// the rules that move the whole table
static bool step_all(struct table *t, const struct step *s)
{
    const size_t n = t->n_rows * t->d_model;
    if (s->optimizer == SGD_DECAY || s->optimizer == ADAM_L2)
        for (size_t k = 0; k < n; k++)
            t->dw[k] += (float)s->extra * t->w[k];
    if (s->optimizer == MOMENTUM)
        return sgd_momentum(t->w, t->mean, t->dw, s->rate, s->extra, n);
    if (s->optimizer == ADAMW)
        return adamw(t->w, t->mean, t->square, t->dw, s->number, s->rate, s->beta1,
                     s->beta2, EPSILON, s->extra, n);
    if (s->optimizer != SGD_DECAY)
        return adam(t->w, t->mean, t->square, t->dw, s->number, s->rate, s->beta1,
                    s->beta2, EPSILON, n);
    sgd(t->w, t->dw, s->rate, n);
    return true;
}

/*
One row, and its way through an optimizer. The table has two rows, and the second one is in
every batch in which the first is not: a batch is never empty.
*/

enum { ROW_D = 2 };

// Of the one row the program shows its first number after these steps.
enum { N_SHOWN = 5, LAST_STEP = 1000 };
static const uint64_t shown_steps[N_SHOWN] = {1, 2, 5, 20, LAST_STEP};

// one step of a table of two rows, in which row 0 has the gradient g, or is absent (g NULL)
static bool step_row(struct table *t, const float *g, enum optimizer optimizer,
                     uint64_t number, const struct choice *choice)
{
    const uint32_t row = g ? 0 : 1;
    const float other[ROW_D] = {0.2f, 0.2f}, *drows = g ? g : other;
    const struct step s = {.optimizer = optimizer,
                           .number = number,
                           .rate = choice->rate,
                           .extra =
                               optimizer == MOMENTUM ? choice->momentum : choice->decay,
                           .beta1 = choice->beta1,
                           .beta2 = choice->beta2,
                           .rows = &row,
                           .drows = drows,
                           .n_rows = 1};
    memset(t->dw, 0, 2 * ROW_D * sizeof *t->dw);
    memcpy(t->dw + row * ROW_D, drows, sizeof other);
    return takes_list(optimizer) ? step_list(t, &s) : step_all(t, &s);
}

// path[n]: the first number of the row after step n; false if the rule is not written
static bool follow_row(double *path, enum optimizer optimizer, uint64_t seen,
                       const struct choice *choice)
{
    const float g[ROW_D] = {0.3f, -0.1f};
    struct table t = open_table(2, ROW_D);
    bool written = true;
    t.w[0] = 1.0f;
    t.w[1] = -0.5f;
    path[0] = 1.0;
    for (uint64_t n = 1; n <= LAST_STEP && written; n++) {
        written = step_row(&t, n == seen ? g : NULL, optimizer, n, choice);
        path[n] = (double)t.w[0];
    }
    close_table(&t);
    return written;
}

// what would be printed as -0.0000 is 0
static double without_minus(double x)
{
    return fabs(x) < 0.00005 ? 0.0 : x;
}

// x in a cell of so many letters, a blank before it: with so many decimals, or those that fit
static void print_number(int width, int decimals, double x)
{
    char cell[512];
    while (snprintf(cell, sizeof cell, "%.*f", decimals, x) >= width && decimals > 0)
        decimals--;
    strlen(cell) < (size_t)width ? printf("%*s", width, cell) : printf("%*.0e", width, x);
}

enum { MOST_RULES = 4 };

// the first number of the row: a line for each step that is shown, a column for each rule
static void print_paths(double paths[][LAST_STEP + 1], const enum optimizer *rules,
                        size_t n_rules, uint64_t seen)
{
    char cell[32];
    int widths[MOST_RULES];
    printf("%-8s", "step");
    for (size_t r = 0; r < n_rules; r++) {
        const int length = (int)strlen(recipes[rules[r]].name);
        widths[r] = length < 8 ? 8 : length + 1;
        printf("%*s", widths[r], recipes[rules[r]].name);
    }
    for (size_t k = 0; k < N_SHOWN; k++) {
        printf("\n%-8s", with_commas(cell, shown_steps[k]));
        for (size_t r = 0; r < n_rules; r++)
            print_number(widths[r], 4, without_minus(paths[r][shown_steps[k]]));
    }
    printf("\n%-8s", "unasked");
    for (size_t r = 0; r < n_rules; r++)
        print_number(widths[r], 4, paths[r][LAST_STEP] - paths[r][seen]);
    printf("\n");
}

static void show_paths(const char *title, const enum optimizer *rules, size_t n_rules,
                       const struct choice *choice)
{
    double paths[MOST_RULES][LAST_STEP + 1];
    enum optimizer written[MOST_RULES];
    size_t n = 0;
    heading(title);
    for (size_t r = 0; r < n_rules; r++)
        if (follow_row(paths[n], rules[r], choice->seen, choice))
            written[n++] = rules[r];
        else if (rules[r] != ADAM_L2) // Adam has said it
            waits_for(recipes[rules[r]].exercise, recipes[rules[r]].function);
    if (n > 0)
        print_paths(paths, written, n, choice->seen);
}

// the row that is in no batch, for some decays
static void show_never_seen(const struct choice *choice)
{
    static const double decays[] = {1e-6, 1e-4, 0.01, 1};
    static const enum optimizer shown[] = {SGD_DECAY, ADAMW, ADAM_L2};
    heading("A word that never occurs");
    printf("from 1, after ten steps at the rate 0.01\n");
    printf("%-10s%8g%8g%8g%8g\n", "decay", decays[0], decays[1], decays[2], decays[3]);
    for (size_t o = 0; o < 3; o++) {
        double path[LAST_STEP + 1];
        struct choice c = *choice;
        printf("%-10s", recipes[shown[o]].name);
        for (size_t k = 0; k < 4; k++) {
            c.rate = 0.01;
            c.decay = decays[k];
            if (!follow_row(path, shown[o], 0, &c)) {
                printf(" ");
                waits_for(recipes[shown[o]].exercise, recipes[shown[o]].function);
                break;
            }
            printf("%8.4f%s", path[10], k == 3 ? "\n" : "");
        }
    }
}

static void show_meanings(const struct choice *choice)
{
    static const enum optimizer rules[] = {ADAM, LAZY_ADAM};
    double dense[LAST_STEP + 1], lazy[LAST_STEP + 1];
    show_paths("Two meanings of a sparse gradient", rules, 2, choice);
    if (choice->seen <= 1 && follow_row(dense, ADAM, choice->seen, choice) &&
        follow_row(lazy, LAZY_ADAM, choice->seen, choice))
        printf("lazy Adam is ahead by %.7f at step 1\n", lazy[1] - dense[1]);
}

static void show_drift(const struct choice *choice)
{
    static const uint64_t seen[] = {1, 10, 100, 1000, 10000, 100000};
    heading("What is still to come");
    if (isnan(adam_drift(1, 1, 0.9, 0.999))) {
        waits_for("6.6", "adam_drift");
        return;
    }
    printf("%-15s%9s%9s%9s\n", "learning rates", "at once", "drift", "in all");
    for (size_t k = 0; k < sizeof seen / sizeof *seen; k++) {
        char cell[32];
        double all = adam_drift(seen[k], seen[k], choice->beta1, choice->beta2);
        double left = adam_drift(seen[k], seen[k] + 1, choice->beta1, choice->beta2);
        printf("seen at %7s", with_commas(cell, seen[k]));
        if (!isfinite(all)) {
            printf("%27s\n", "without end");
            continue;
        }
        print_number(9, 4, all - left);
        print_number(9, 4, left);
        print_number(9, 4, all);
        printf("\n");
    }
}

/*
The novel is read as in chapter 5, whose tiles these are.
*/

enum { VOCAB_SIZE = 2000, MAX_VOCAB = VOCAB_SIZE, MAX_WORDS = 400000 };
enum { MAX_BYTES = 100000000, LEAST_WORDS = 4000, LEAST_DIFFERENT = VOCAB_SIZE };
enum { MOST_HELD_OUT = 20000 };
enum { D = 32, BATCH = 32 };

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
// end of what was carried over
// carried over from chapter 5
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

// two tables that learn, and what one step computes on the way
struct model {
    struct table in, out;
    float *birth;        // [VOCAB_SIZE][D] the input table as it began
    float *kept;         // [VOCAB_SIZE][D] and as it was before a step
    float *probs;        // [VOCAB_SIZE][BATCH] a column for each position; then dlogits
    uint32_t *every_row; // [VOCAB_SIZE] 0, 1, 2 ...
    float x[BATCH * D], x_t[BATCH * D];   // [BATCH][D], [D][BATCH]
    float dx[BATCH * D], dx_t[BATCH * D]; // the same for the slopes
    uint32_t rows[BATCH];                 // the rows of the batch, ascending
    float drows[BATCH * D];               // [n_rows][D]
    size_t n_rows;
};

static struct model *open_model(uint64_t seed)
{
    uint64_t rng = seed;
    struct model *m = allocate(1, sizeof *m);
    m->in = open_table(VOCAB_SIZE, D);
    m->out = open_table(VOCAB_SIZE, D);
    m->birth = allocate(VOCAB_SIZE * D, sizeof *m->birth);
    m->probs = allocate(VOCAB_SIZE * BATCH, sizeof *m->probs);
    m->every_row = allocate(VOCAB_SIZE, sizeof *m->every_row);
    m->kept = allocate(VOCAB_SIZE * D, sizeof *m->kept);
    fill_normal(m->in.w, VOCAB_SIZE * D, 0.1f, &rng);
    fill_normal(m->out.w, VOCAB_SIZE * D, 0.1f, &rng);
    memcpy(m->birth, m->in.w, VOCAB_SIZE * D * sizeof *m->birth);
    for (uint32_t v = 0; v < VOCAB_SIZE; v++)
        m->every_row[v] = v;
    return m;
}

static void close_model(struct model *m)
{
    close_table(&m->in);
    close_table(&m->out);
    free(m->birth);
    free(m->kept);
    free(m->probs);
    free(m->every_row);
    free(m);
}

static void forward(struct model *m, const uint32_t *ids)
{
    for (size_t t = 0; t < BATCH; t++)
        memcpy(m->x + t * D, m->in.w + ids[t] * D, D * sizeof(float));
    transpose(m->x_t, m->x, BATCH, D);
    product(m->probs, m->out.w, D, 1, m->x_t, VOCAB_SIZE, D);
    softmax_columns(m->probs, VOCAB_SIZE);
}

// the list of exercise 3.3: each row of the batch once, ascending, with its sum of slopes
static size_t coalesce(uint32_t *rows, float *drows, const uint32_t *ids,
                       const float *slopes, size_t n_tokens, size_t d_model)
{
    size_t n = 0;
    for (size_t t = 0; t < n_tokens; t++) { // into its place, if it is not there yet
        size_t k = n;
        while (k > 0 && rows[k - 1] > ids[t])
            k--;
        if (k > 0 && rows[k - 1] == ids[t])
            continue;
        memmove(rows + k + 1, rows + k, (n++ - k) * sizeof *rows);
        rows[k] = ids[t];
    }
    memset(drows, 0, n * d_model * sizeof *drows);
    for (size_t t = 0; t < n_tokens; t++) {
        size_t low = 0, high = n;
        while (high - low > 1)
            rows[(low + high) / 2] <= ids[t] ? (low = (low + high) / 2)
                                             : (high = (low + high) / 2);
        for (size_t i = 0; i < d_model; i++)
            drows[low * d_model + i] += slopes[t * d_model + i];
    }
    return n;
}

// probs become dlogits; then both gradients: of the output table whole, of the input table
// as a list
static void backward(struct model *m, const uint32_t *ids, const uint32_t *targets)
{
    for (size_t t = 0; t < BATCH; t++)
        m->probs[targets[t] * BATCH + t] -= 1.0f;
    for (size_t k = 0; k < VOCAB_SIZE * BATCH; k++)
        m->probs[k] *= 1.0f / BATCH;
    product(m->out.dw, m->probs, BATCH, 1, m->x, VOCAB_SIZE, BATCH);
    product(m->dx_t, m->out.w, 1, D, m->probs, D, VOCAB_SIZE);
    transpose(m->dx, m->dx_t, D, BATCH);
    m->n_rows = coalesce(m->rows, m->drows, ids, m->dx, BATCH, D);
}

// the list as a whole gradient, with zeros in all other rows
static void spread(struct model *m)
{
    memset(m->in.dw, 0, VOCAB_SIZE * D * sizeof(float));
    for (size_t k = 0; k < m->n_rows; k++)
        memcpy(m->in.dw + m->rows[k] * D, m->drows + k * D, D * sizeof(float));
}

// a step of Adam in which the rows that were not in the batch do not move, though their
// means and squares fade
static bool step_fading(struct model *m, const struct step *s)
{
    const size_t bytes = D * sizeof(float);
    memcpy(m->kept, m->in.w, VOCAB_SIZE * bytes);
    if (!step_all(&m->in, s))
        return false;
    for (size_t k = 0; k < s->n_rows; k++)
        memcpy(m->kept + s->rows[k] * D, m->in.w + s->rows[k] * D, bytes);
    memcpy(m->in.w, m->kept, VOCAB_SIZE * bytes);
    return true;
}

static bool move_tables(struct model *m, struct step s)
{
    struct step in = s, out = s;
    in.rows = m->rows;
    in.drows = m->drows;
    in.n_rows = m->n_rows;
    out.rows = m->every_row;
    out.drows = m->out.dw;
    out.n_rows = VOCAB_SIZE;
    if (s.optimizer == LAZY_NO_MEAN)
        in.beta1 = 0.0;
    if (s.optimizer == LAZY_ADAM || s.optimizer == LAZY_NO_MEAN)
        out.optimizer = ADAM; // every row has a gradient, and nothing can be left out
    if (!takes_list(s.optimizer))
        spread(m);
    if (!(s.optimizer == LAZY_FADING ? step_fading(m, &in)
          : takes_list(s.optimizer)  ? step_list(&m->in, &in)
                                     : step_all(&m->in, &in)))
        return false;
    return takes_list(out.optimizer) ? step_list(&m->out, &out) : step_all(&m->out, &out);
}

// what came of one training
struct result {
    bool written;
    double loss, rare_loss; // held out: all words; words that follow a rare one
    double rare, common; // how far the rows of the hundred rarest, commonest have moved
    double n_moved;      // rows of the input table that a step moved, on average
    double seconds;      // for a step
};

enum { N_COMMON = 500, N_ENDS = 100, LOOK_EVERY = 128 };

static double distance(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    return sqrt(sum);
}

// how far the rows v, v + 1 ... have moved from their beginning, on average
static double mean_way(const struct model *m, size_t v, size_t n)
{
    double sum = 0.0;
    for (size_t k = v; k < v + n; k++)
        sum += distance(m->in.w + k * D, m->birth + k * D, D);
    return sum / (double)n;
}

static void evaluate(struct result *result, struct model *m, const struct corpus *novel)
{
    double loss = 0.0, rare = 0.0, n = 0.0, n_rare = 0.0;
    for (size_t at = novel->n_train; at + BATCH < novel->n_ids; at += BATCH) {
        const uint32_t *ids = novel->ids + at;
        forward(m, ids);
        for (size_t t = 0; t < BATCH; t++) {
            double nats = -log((double)m->probs[ids[t + 1] * BATCH + t]);
            bool is_rare = ids[t] > N_COMMON;
            loss += nats;
            n += 1.0;
            rare += is_rare ? nats : 0.0;
            n_rare += is_rare ? 1.0 : 0.0;
        }
    }
    result->loss = loss / n;
    result->rare_loss = rare / n_rare;
    result->rare = mean_way(m, VOCAB_SIZE - N_ENDS, N_ENDS);
    result->common = mean_way(m, 1, N_ENDS);
}

static size_t count_moved(const struct model *m, const float *before)
{
    size_t n = 0;
    for (size_t v = 0; v < VOCAB_SIZE; v++)
        n += memcmp(m->in.w + v * D, before + v * D, D * sizeof(float)) != 0;
    return n;
}

// one line that writes over itself, where LIVE is set (on a terminal)
static void show_live(const char *name, size_t step, size_t n_steps)
{
    if (getenv("LIVE") == NULL)
        return;
    if (step == n_steps)
        fprintf(stderr, "\r%40s\r", "");
    else
        fprintf(stderr, "\r%-12s reads: %3zu %%   ", name, 100 * step / n_steps);
    fflush(stderr);
}

// step n of n_steps, from 0; false if the rule is not written
static bool train_once(struct model *m, const struct corpus *novel, size_t batch,
                       struct step s)
{
    uint32_t ids[BATCH], targets[BATCH];
    read_batch(ids, targets, novel, batch);
    forward(m, ids);
    backward(m, ids, targets);
    return move_tables(m, s);
}

static struct result train(struct model *m, const struct corpus *novel,
                           enum optimizer optimizer, const struct choice *choice)
{
    const struct recipe *recipe = &recipes[optimizer];
    const size_t n_batches = (novel->n_train - 1) / BATCH;
    const size_t n_steps = (size_t)(choice->passes * (double)n_batches);
    struct result result = {.written = true};
    size_t *order = allocate(n_batches, sizeof *order), n_looks = 0;
    float *before = allocate(VOCAB_SIZE * D, sizeof *before);
    const bool decays = optimizer == ADAM_L2 || optimizer == ADAMW;
    const double extra = recipe->extra * (decays ? choice->decay_factor : 1.0);
    struct step s = {optimizer, 0, 0, extra, 0.9, 0.999, NULL, NULL, 0};
    uint64_t rng = 6 + choice->seed;
    for (size_t n = 0; n < n_steps && result.written; n++) {
        const bool look = n % LOOK_EVERY == LOOK_EVERY - 1;
        if (n % n_batches == 0)
            shuffle(order, n_batches, &rng);
        if (look) {
            memcpy(before, m->in.w, VOCAB_SIZE * D * sizeof *before);
            show_live(recipe->name, n, n_steps);
        }
        s.number = n + 1;
        s.rate = recipe->rate * choice->factor * (double)(n_steps - n) / (double)n_steps;
        result.written = train_once(m, novel, order[n % n_batches], s);
        result.n_moved += look ? (double)count_moved(m, before) : 0.0;
        n_looks += look;
    }
    show_live(recipe->name, n_steps, n_steps);
    result.n_moved /= n_looks > 0 ? (double)n_looks : 1.0;
    if (result.written)
        evaluate(&result, m, novel);
    free(before);
    free(order);
    return result;
}

// lazy Adam needs two exercises: adam moves its output table
static void wait_for_rule(enum optimizer optimizer)
{
    float w = 0.0f, mean = 0.0f, square = 0.0f, g = 0.0f;
    const bool adam_is_written =
        adam(&w, &mean, &square, &g, 1, 0.1, 0.9, 0.999, EPSILON, 1);
    const bool is_lazy = optimizer == LAZY_ADAM || optimizer == LAZY_NO_MEAN;
    const struct recipe *recipe =
        &recipes[is_lazy && !adam_is_written ? ADAM : optimizer];
    waits_for(recipe->exercise, recipe->function);
}

static void show_result(enum optimizer optimizer, const struct result *r)
{
    printf("%-13s", recipes[optimizer].name);
    if (!r->written || !isfinite(r->loss))
        printf(" ");
    if (!r->written) {
        wait_for_rule(optimizer);
    } else if (!isfinite(r->loss)) {
        printf("ran away: its rate is large\n");
    } else {
        print_number(6, 3, r->loss);
        print_number(6, 3, r->rare_loss);
        print_number(6, 2, r->rare);
        print_number(6, 2, r->common);
        printf("%5.0f\n", r->n_moved);
    }
    fflush(stdout);
}

static void plot_ways(const struct model *m, const struct corpus *novel, const char *name,
                      FILE *figure)
{
    for (size_t v = 1; figure && v < VOCAB_SIZE; v += 1 + v / 25)
        fprintf(figure, "%zu\t%.4f\t\t%s\n", novel->words[v].count,
                distance(m->in.w + v * D, m->birth + v * D, D), name);
}

static void show_novel(const struct corpus *novel, const struct choice *choice)
{
    FILE *figure = open_figure("optimizers-ways");
    heading("The novel under nine rules");
    if (figure)
        fprintf(figure,
                "# kind: scatter\n# title: How far the rows of the input table moved\n"
                "# x: occurrences in the text\n# y: distance from the first value\n"
                "# xscale: log\nx\ty\tlabel\tgroup\n");
    printf("%25s %10s %5s\n", "loss held out", "way of 100", "moved");
    printf("%19s%6s%6s%6s%5s\n", "all", "rare", "rare", "often", "rows");
    for (enum optimizer o = SGD; o < N_ON_NOVEL; o++) {
        struct model *m = open_model(choice->seed);
        struct result r = train(m, novel, o, choice);
        show_result(o, &r);
        if (isfinite(r.loss) && r.written && (o == SGD || o == ADAM || o == LAZY_ADAM))
            plot_ways(m, novel, recipes[o].name, figure);
        close_model(m);
    }
    if (figure)
        fclose(figure);
}

/*
The controls of the novel: `controls=1` and `controls=2`.
*/

static struct result train_anew(const struct corpus *novel, enum optimizer optimizer,
                                const struct choice *choice)
{
    struct model *m = open_model(choice->seed);
    struct result r = train(m, novel, optimizer, choice);
    close_model(m);
    return r;
}

// each rule at seven rates around its own
static void show_rates(const struct corpus *novel, const struct choice *choice)
{
    static const double factors[] = {0.25, 0.5, 0.7, 1, 1.4, 2, 4};
    heading("Held-out loss for seven learning rates");
    printf("%-14s%8s", "", "rate x 1");
    for (size_t k = 0; k < 7; k++)
        printf("%7.2f", factors[k] * choice->factor);
    printf("\n");
    for (enum optimizer o = SGD; o < N_ON_NOVEL; o++) {
        struct choice c = *choice;
        printf("%-14s%8g", recipes[o].name, recipes[o].rate);
        for (size_t k = 0; k < 7; k++) {
            c.factor = choice->factor * factors[k];
            struct result result = train_anew(novel, o, &c);
            isfinite(result.loss) && result.written ? printf("%7.3f", result.loss)
                                                    : printf("%7s", "-");
            fflush(stdout);
        }
        printf("\n");
    }
}

// both rules with decay, without it and at five decays around their own
static void show_decays(const struct corpus *novel, const struct choice *choice)
{
    static const double factors[] = {0, 0.1, 0.3, 1, 3, 10};
    static const enum optimizer shown[] = {ADAM_L2, ADAMW};
    heading("Held-out loss for six decays");
    printf("%-14s%8s", "", "decay x 1");
    for (size_t k = 0; k < 6; k++)
        printf("%7.1f", factors[k]);
    printf("\n");
    for (size_t o = 0; o < 2; o++) {
        struct choice c = *choice;
        printf("%-14s%9g", recipes[shown[o]].name, recipes[shown[o]].extra);
        for (size_t k = 0; k < 6; k++) {
            c.decay_factor = factors[k];
            struct result result = train_anew(novel, shown[o], &c);
            isfinite(result.loss) && result.written ? printf("%7.3f", result.loss)
                                                    : printf("%7s", "-");
            fflush(stdout);
        }
        printf("\n");
    }
}

enum { N_SEEDS = 8 };

static void show_seeds(const struct corpus *novel, const struct choice *choice)
{
    heading("Held-out loss for eight seeds");
    printf("%-14s%8s%8s%8s%14s\n", "", "mean", "least", "most", "after rare");
    for (enum optimizer o = SGD; o < N_ON_NOVEL; o++) {
        double mean = 0.0, rare = 0.0, least = INFINITY, most = -INFINITY;
        for (uint64_t k = 0; k < N_SEEDS; k++) {
            struct choice c = *choice;
            c.seed += k;
            struct result r = train_anew(novel, o, &c);
            mean += r.loss / N_SEEDS;
            rare += r.rare_loss / N_SEEDS;
            least = r.loss < least ? r.loss : least;
            most = r.loss > most ? r.loss : most;
        }
        printf("%-14s", recipes[o].name);
        least > 0.0 ? printf("%8.3f%8.3f%8.3f%14.3f\n", mean, least, most, rare)
                    : printf("%8s\n", "-");
        fflush(stdout);
    }
}

/*
What a step costs in a table of GPT-2's number of rows. The list is one of 1,024 words.
*/

enum { LONG_V = 50257, LONG_TOKENS = 1024, N_LONG = 24 };

// a large table, and batches of random words for it: so many that the rows of the first are
// in no cache any more when its turn comes again
struct long_table {
    struct table t;
    uint32_t *ids, *rows;  // [N_LONG][LONG_TOKENS], [LONG_TOKENS]
    float *slopes, *drows; // [LONG_TOKENS][d_model]
    size_t n_rows, turn;
};

static struct long_table open_long(size_t d_model)
{
    uint64_t rng = 3;
    struct long_table l = {.t = open_table(LONG_V, d_model)};
    l.ids = allocate(N_LONG * LONG_TOKENS, sizeof *l.ids);
    l.rows = allocate(LONG_TOKENS, sizeof *l.rows);
    l.slopes = allocate(LONG_TOKENS * d_model, sizeof *l.slopes);
    l.drows = allocate(LONG_TOKENS * d_model, sizeof *l.drows);
    for (size_t t = 0; t < N_LONG * LONG_TOKENS; t++)
        l.ids[t] = (uint32_t)(next_uniform(&rng) * LONG_V);
    fill_normal(l.slopes, LONG_TOKENS * d_model, 1.0f, &rng);
    return l;
}

static void close_long(struct long_table *l)
{
    close_table(&l->t);
    free(l->ids);
    free(l->rows);
    free(l->slopes);
    free(l->drows);
}

// the list of the next batch
static void make_list(struct long_table *l)
{
    l->turn = (l->turn + 1) % N_LONG;
    l->n_rows = coalesce(l->rows, l->drows, l->ids + l->turn * LONG_TOKENS, l->slopes,
                         LONG_TOKENS, l->t.d_model);
}

// one step of a rule with its usual numbers, with its list if it takes one
static bool step_long(struct long_table *l, enum optimizer optimizer)
{
    if (takes_list(optimizer))
        make_list(l);
    const struct step s = {optimizer, 1000,    0.001,    0.5,      0.9,
                           0.999,     l->rows, l->drows, l->n_rows};
    return takes_list(optimizer) ? step_list(&l->t, &s) : step_all(&l->t, &s);
}

// seconds of the best of several steps, or, where the clock is too coarse for one, of the
// mean; NAN if the rule is not written
static double time_long(struct long_table *l, enum optimizer optimizer, double spend)
{
    double best = INFINITY, sum = 0.0, begin = seconds();
    size_t n_steps = 0;
    if (!step_long(l, optimizer))
        return NAN;
    while (sum <= 0.0 || seconds() - begin < spend) {
        double start = seconds();
        step_long(l, optimizer);
        const double spent = seconds() - start;
        best = fmin(best, spent);
        sum += spent;
        n_steps++;
    }
    return best > 0.0 ? best : sum / (double)n_steps;
}

static void show_memory(void)
{
    static const char *const remembers[] = {"momentum, Adagrad", "Adam and its kin"};
    const uint64_t row = 768 * sizeof(float); // bytes of one array that is kept for a row
    char a[32], b[32];
    printf("%-17s%12s%13s\n", "bytes kept for", "a row of 768", "the table");
    for (uint64_t k = 0; k < 2; k++)
        printf("%-17s%12s%13s\n", remembers[k], with_commas(a, (k + 1) * row),
               with_commas(b, (k + 1) * row * LONG_V));
}

static void show_long(void)
{
    static const enum optimizer shown[] = {MOMENTUM, ADAM, ADAMW, LAZY_ADAM};
    struct long_table l = open_long(D);
    double list = time_long(&l, SGD, 0.02);
    heading("A table of 50,257 rows");
    show_memory();
    printf("a step of 1,024 words, rows of %d, takes\n", D);
    printf("as long as so many of SGD with its list:\n");
    for (size_t k = 0; k < 4; k++) {
        double spent = time_long(&l, shown[k], 0.02);
        printf("%-10s", recipes[shown[k]].name);
        isnan(spent) ? printf("not written\n") : printf("~%.1f\n", spent / list);
    }
    close_long(&l);
}

/*
The benchmark: `make bench`. What a lazy step cannot avoid is to read four rows for each
word (weights, mean, square, gradient) and to write three. The program times a loop that
does only that, and makes the list; then the step.
*/

// reads what a lazy step reads and writes what it writes, with hardly any arithmetic
static void touch_rows(struct table *t, const uint32_t *rows, const float *drows,
                       size_t n_rows)
{
    for (size_t k = 0; k < n_rows; k++) {
        const size_t d = t->d_model, at = rows[k] * d;
        float *w = t->w + at, *mean = t->mean + at, *square = t->square + at;
        for (size_t i = 0; i < d; i++) {
            const float g = drows[k * d + i];
            w[i] += g;
            mean[i] += g;
            square[i] += g;
        }
    }
}

static double time_touch(struct long_table *l, double spend)
{
    double best = INFINITY, begin = seconds();
    do {
        make_list(l);
        double start = seconds();
        touch_rows(&l->t, l->rows, l->drows, l->n_rows);
        best = fmin(best, seconds() - start);
    } while (seconds() - begin < spend);
    return best;
}

static void bench_line(const char *name, double value, double want)
{
    char cell[32];
    snprintf(cell, sizeof cell, "~%.3f", value);
    printf("%-54s %9s   want <= %.2f   %s\n", name, cell, want,
           value <= want ? "ok" : "MISSED");
}

static void show_bench(void)
{
    struct long_table l = open_long(768);
    heading("Benchmarks of chapter 6 (V = 50,257, d = 768, 1,024 words)");
    double lazy = time_long(&l, LAZY_ADAM, 1.0), dense = time_long(&l, ADAM, 1.0);
    double touch = time_touch(&l, 1.0);
    if (isnan(lazy) || isnan(dense)) {
        waits_for(isnan(dense) ? "6.3" : "6.5", isnan(dense) ? "adam" : "sparse_adam");
    } else {
        printf("memory that it must touch ~%.2f ms, lazy step ~%.2f ms, dense ~%.0f ms\n",
               1e3 * touch, 1e3 * lazy, 1e3 * dense);
        bench_line("lazy Adam with its list / the memory that it touches", lazy / touch,
                   2.0);
        bench_line("lazy Adam with its list / dense Adam", lazy / dense, 0.08);
    }
    close_long(&l);
}

/*
Data for the pictures.
*/

// a line for each of the rules: the row that is seen at step `seen`, or never if that is 0
static void plot_paths(const char *name, const char *head, const enum optimizer *shown,
                       size_t n_shown, uint64_t seen, size_t last,
                       const struct choice *choice)
{
    double paths[4][LAST_STEP + 1];
    FILE *figure = open_figure(name);
    bool written = figure != NULL;
    for (size_t k = 0; k < n_shown && written; k++)
        written = follow_row(paths[k], shown[k], seen, choice);
    if (written)
        fprintf(figure, "# kind: lines\n# x: step\n# y: first number of the row\n%s",
                head);
    for (size_t n = 0; n <= last && written; n++) {
        fprintf(figure, "%zu", n);
        for (size_t k = 0; k < n_shown; k++)
            fprintf(figure, "\t%.5f", paths[k][n]);
        fprintf(figure, "\n");
    }
    if (figure)
        fclose(figure);
}

static void plot_rows(const struct choice *choice)
{
    static const enum optimizer once[] = {SGD, MOMENTUM, ADAM, LAZY_ADAM};
    static const enum optimizer never[] = {SGD_DECAY, ADAMW, ADAM_L2};
    struct choice c = *choice;
    plot_paths("optimizers-once",
               "# title: A row that has one gradient\n"
               "x\tSGD\tmomentum\tAdam\tAdagrad and lazy Adam\n",
               once, 4, c.seen, 60, &c);
    c.rate = 0.01;
    c.decay = 0.1;
    plot_paths("optimizers-never",
               "# title: A row that never has a gradient\n# zero: yes\n"
               "x\tSGD with decay\tAdamW\tAdam + L2\n",
               never, 3, 0, 200, &c);
}

static void plot_drift(const struct choice *choice)
{
    FILE *figure = open_figure("optimizers-drift");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: How far Adam moves a row that is seen once\n"
                    "# x: step in which it is seen\n# y: way (learning rates)\n"
                    "# xscale: log\n# zero: yes\nx\tfirst step\tfirst step and drift\n");
    for (uint64_t n = 1; n <= 100000; n += 1 + n / 8) {
        double all = adam_drift(n, n, choice->beta1, choice->beta2);
        double left = adam_drift(n, n + 1, choice->beta1, choice->beta2);
        if (isfinite(all))
            fprintf(figure, "%" PRIu64 "\t%.4f\t%.4f\n", n, all - left, all);
    }
    fclose(figure);
}

/*
## What you can change

The program takes settings: `build/06_optimizers momentum=0.99 seen=3`, for example. Each
has a row in the table at the end of this section, and `build/06_optimizers settings`
prints them. The numbers in the text are those of the defaults. Some that are worth a try:
`beta1=0` (no drift), `beta1=0.99 beta2=0.9` (a drift without end), `decay=1`, and
`seen=900`, where Adam's first step is as long as two and a half.

::: {.run passes="0.1"}
In this page a run reads a tenth of the novel, once, for each of the nine rules, unless you
ask for more: a browser takes several times as long.
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
    {"rate", "number", "0.1", 0, 100, "the learning rate of the one row"},
    {"momentum", "number", "0.9", 0, 0.9999, "the share of the velocity that is kept"},
    {"beta1", "number", "0.9", 0, 0.9999, "Adam on the one row: what its mean keeps"},
    {"beta2", "number", "0.999", 0.0001, 0.9999, "the same for its square"},
    {"decay", "number", "0.1", 0, 10, "the weight decay of the one row"},
    {"seen", "whole", "1", 1, 1000, "the step in which the one row has its gradient"},
    {"seed", "whole", "1", 1, 1000000, "where the novel's tables begin"},
    {"passes", "number", "0.5", 0.01, 100, "how often the novel is read"},
    {"factor", "number", "1", 0.001, 1000, "all learning rates of the novel times this"},
    {"controls", "whole", "0", 0, 3,
     "1: seven rates, 2: eight seeds, for all nine rules; 3: six decays, for two"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static struct choice read_choice(char **args)
{
    return (struct choice){
        .rate = setting_number(settings, args, "rate"),
        .momentum = setting_number(settings, args, "momentum"),
        .beta1 = setting_number(settings, args, "beta1"),
        .beta2 = setting_number(settings, args, "beta2"),
        .decay = setting_number(settings, args, "decay"),
        .seen = (uint64_t)setting_number(settings, args, "seen"),
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .passes = setting_number(settings, args, "passes"),
        .factor = setting_number(settings, args, "factor"),
        .decay_factor = 1.0,
    };
}

static void show_one_row(const struct choice *choice)
{
    static const enum optimizer plain[] = {SGD, SGD_DECAY, MOMENTUM};
    static const enum optimizer adaptive[] = {ADAGRAD, ADAM, ADAM_L2, ADAMW};
    show_paths("One row, seen once", plain, 3, choice);
    show_paths("Adagrad and Adam", adaptive, 4, choice);
    show_never_seen(choice);
    plot_rows(choice);
    show_meanings(choice);
    show_drift(choice);
    plot_drift(choice);
}

int main(int argc, char **argv)
{
    char **args = argc > 0 ? argv + 1 : argv;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    if (*args && strcmp(*args, "bench") == 0) {
        show_bench();
        return 0;
    }
    const struct choice choice = read_choice(args);
    const int controls = (int)setting_number(settings, args, "controls");
    const char *path = getenv("TEXT");
    struct corpus novel =
        open_novel(path && *path ? path : "chapters/data/austen/emma.txt");
    if (controls == 1)
        show_rates(&novel, &choice);
    else if (controls == 2)
        show_seeds(&novel, &choice);
    else if (controls == 3)
        show_decays(&novel, &choice);
    else {
        show_one_row(&choice);
        fflush(stdout);
        show_novel(&novel, &choice);
        show_long();
    }
    close_corpus(&novel);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="6.1"}
Which of the two arrays must be up to date before the other one can be changed?
:::

::: {.hint exercise="6.1"}
For each k: velocity[k] = momentum * velocity[k] + dw[k], and then
w[k] = w[k] - learning_rate * velocity[k]. All k, also those whose gradient is 0.
:::

::: {.hint exercise="6.1"}
First return false unless momentum >= 0 and momentum < 1: written this way round,
NaN is refused as well. Then one loop over the n numbers with the two lines of the
second hint in it, in that order. Return true.
:::

::: {.hint exercise="6.2"}
Row k of the list is row rows[k] of two tables. Which of the two must change first?
:::

::: {.hint exercise="6.2"}
With r = rows[k] and g = drows[k][i]: squares[r][i] = squares[r][i] + g * g, and
then wte[r][i] = wte[r][i] - learning_rate * g / (sqrt(squares[r][i]) + epsilon).
:::

::: {.hint exercise="6.2"}
A first loop over k returns false if rows[k] is not below vocab_size, or if k > 0
and rows[k] is not larger than rows[k - 1]. Return false unless epsilon > 0. Then
take, for each k, the pointers to row rows[k] of wte and of squares, and to row k of
drows; a loop over i has the two lines of the second hint. Use sqrtf on the square
that you have just stored.
:::

::: {.hint exercise="6.3"}
Which parts of the formula are the same for all n numbers, and can be computed once,
in double, before the loop?
:::

::: {.hint exercise="6.3"}
With c1 = 1 - pow(beta1, step) and c2 = 1 - pow(beta2, step), in double:
mean = beta1 * mean + (1 - beta1) * g; square = beta2 * square + (1 - beta2) * g * g;
w = w - (learning_rate / c1) * mean / (sqrt(square) / sqrt(c2) + epsilon).
:::

::: {.hint exercise="6.3"}
Return false unless step > 0, both betas are at least 0 and below 1, and
epsilon > 0; write it with && and one !, so that NaN is refused. Compute
1.0 - beta1, 1.0 - beta2, c1 and c2 in double. Then one loop: first mean[k], then
square[k], from dw[k]; last w[k], from the new mean[k] and square[k].
:::

::: {.hint exercise="6.4"}
What must have been checked before the first weight may shrink?
:::

::: {.hint exercise="6.4"}
w = (1 - learning_rate * weight_decay) * w, and then the three lines of exercise
6.3 with the bare gradient. The decay is in neither mean nor square.
:::

::: {.hint exercise="6.4"}
Return false for a bad step, beta, epsilon or weight_decay. (Calling adam with n = 0
tells you whether it would refuse.) One loop multiplies every w[k] by
1.0 - learning_rate * weight_decay. Then return what adam returns for the same
arguments.
:::

::: {.hint exercise="6.5"}
What of exercise 6.3 becomes shorter if epsilon is added before the correction, so
that both corrections can be taken out of the fraction?
:::

::: {.hint exercise="6.5"}
With rate = learning_rate * sqrt(1 - pow(beta2, step)) / (1 - pow(beta1, step)), in
double: for the rows on the list mean and square change as in exercise 6.3, and
wte[r][i] = wte[r][i] - rate * mean[r][i] / (sqrt(square[r][i]) + epsilon).
:::

::: {.hint exercise="6.5"}
Check the list as in exercise 6.2, and the numbers as in exercise 6.3. Compute rate
once. For each k let at = rows[k] * d_model, in size_t; a loop over i changes
mean[at + i], then square[at + i], both from drows[k * d_model + i], and then
wte[at + i]. Nothing else is read or written.
:::

::: {.hint exercise="6.6"}
If both corrections were 1, what multiple of the step before it would each step be?
:::

::: {.hint exercise="6.6"}
Let r = beta1 / sqrt(beta2) and b = (1 - beta1) / sqrt(1 - beta2) * r^(n - seen).
Then step n is b * sqrt(1 - beta2^n) / (1 - beta1^n). Where both powers are too
small to matter, all that is left from n on is b / (1 - r).
:::

::: {.hint exercise="6.6"}
Return NAN for bad input, then INFINITY if beta1 * beta1 >= beta2. Compute b for
n = from with pow, and start a loop there: if both beta^n are below 1e-16, or b is no
more than 1e-18 of the sum so far, return that sum plus b / (1 - r); else add step n to
the sum, multiply b by r, and go on with n + 1.
:::
*/
