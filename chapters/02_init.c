/*
# Where do the first numbers come from, and can C make PyTorch's? {#init}

A table of embeddings has to hold something before anybody has trained it. Ask
PyTorch for a table of six rows and three columns, with the seed 123,

    torch.manual_seed(123)
    print(torch.nn.Embedding(6, 3).weight)

and on a CPU it prints these eighteen numbers (we asked version 1.13):

     0.3374  -0.1778  -0.1690
     0.9178   1.5810   1.3010
     1.2753  -0.2010  -0.1606
    -0.4015   0.9666  -1.1481
    -1.1589   0.3255  -0.6315
    -2.8400  -0.7849  -1.4096

Run it tomorrow, and the same eighteen come out. They look like noise, and
they are nothing of the kind. [How can every digit of a random table follow from the
number 123?]{.teaser} The first number, 0.3374, is how far right this point lies:

![Two fractions, one point, two random numbers. One fraction gives the distance from
the middle, the other the direction; the two coordinates are the numbers. The two
fractions follow from the seed 123, and 0.3374 is the first number of the
table.](drawing:box-muller){alt="A plane with two axes. A point lies at the distance
r = 0.8380 from the middle, in the direction of 0.1841 of a full turn. Its coordinates
are z = 0.3374 to the right and z' = 0.7671 upwards. Beside it: 1 - 0.2961 = 0.7039
gives the distance r, the root of -2 ln 0.7039; 0.1841 gives the angle, 2 pi times
0.18406 = 1.1565; z is r cos theta, z' is r sin theta."}

Every digit follows from the number 123 by whole-number arithmetic and, for each two
numbers, one logarithm, one square root, one cosine and one sine. By the end of this
chapter a C program of yours prints the same table.

Why take the trouble? Whoever writes a model in C wants to compare it with a known one,
number by number, and that needs both to begin alike. And the first numbers decide more
than one would think: how sure of itself the untrained model is, and how alike two words
are before anybody has read a single sentence.

You need C, the root, the logarithm, the sine and the cosine, and two things of
chapter 1: an embedding layer looks up rows of a table, and the cosine of two rows says
how alike they are. The table has `vocab_size` rows, one for each token, and `d_model`
columns; it lies in memory row after row, as one flat array of floats.
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

// An exercise is a weak function: another file that defines the same name replaces it.
#define EXERCISE __attribute__((weak))

/*
## A seed is a whole future {#seed}

A computer that follows its program has no dice. What it has instead is a
*generator*: some memory, called the state, and a rule that changes the state
and hands out a number. Whoever knows the state knows every number to come. The
*seed* is how you choose the first state. So a seed does not make things random.
It makes them repeatable.

PyTorch's generator on the CPU is the Mersenne Twister MT19937 [@matsumoto1998].
Its state is 624 words of 32 bits, which we shall call $s_0 \dots s_{623}$, and
the position of the next word to hand out. It takes 32 bits of seed, and the state has
nearly twenty thousand; so the seed is stretched over the state, each word made
from the one before it [@matsumoto2002]:

$$
\begin{aligned}
s_0 &= \mathrm{seed} \pmod{2^{32}} \\
x &= s_{k-1} \oplus \lfloor s_{k-1} / 2^{30} \rfloor \\
s_k &= 1812433253 \cdot x + k \pmod{2^{32}}
\end{aligned}
$$

The sign $\oplus$ is C's `^`, the division by $2^{30}$ is `>> 30`, and the
remainder by $2^{32}$ costs nothing: `uint32_t` throws the rest away by itself.
With seed 123 the state begins 123, 3885958024, …, or in hexadecimal `0000007b`,
`e79f0388`.

::: aside
`torch.manual_seed` takes 64 bits and the generator on the CPU uses the low 32 of them
[@pytorchcode, `MT19937RNGEngine.h`]. The seeds 123 and 4,294,967,419, which is $123 + 2^{32}$,
are two names for one future.
:::

The state as it comes from the seed is never handed out. We mark it as used up
by setting `next` to 624; the first call has to stir it.
*/

enum { MT_WORDS = 624 };

struct mt19937 {
    uint32_t state[MT_WORDS];
    size_t next;  // words of `state` that have been handed out
    size_t drawn; // words handed out since the seed; only for our own curiosity
};

static void mt19937_seed(struct mt19937 *rng, uint32_t seed)
{
    rng->state[0] = seed;
    for (uint32_t k = 1; k < MT_WORDS; k++) {
        const uint32_t before = rng->state[k - 1];
        rng->state[k] = 1812433253u * (before ^ before >> 30) + k;
    }
    rng->next = MT_WORDS;
    rng->drawn = 0;
}

/*
## Exercise 2.1: the next word {#mt19937-next .exercise}

All that follows rests on this stream of words, so it comes first. The rule has
two halves.

**Stir**, whenever all 624 words have been handed out (`*next` is 624). Each
word of the state is replaced, in order, $k = 0, 1, \dots, 623$, in place:

- *mix* the top bit of $s_k$ with the other 31 bits of its neighbour $s_{k+1}$;
- shift the mixture right by one bit; if the bit that falls out, its lowest, was
  a 1, also `^` with `9908b0df`;
- `^` with $s_{k+397}$. That is the new $s_k$.

Indices go round: after 623 comes 0, and $k+397$ means $k+397-624$ once it
passes the end. Because it happens in place, $s_{k+397}$ is already new from $k = 227$ on,
and so is the neighbour of $s_{623}$; that is meant. Then `*next` is 0 again.

**Temper**, for every word. Take $y = s_\mathrm{next}$, count `*next` up, and
scramble a copy; the state keeps its own value (the masks are hexadecimal):

    y ^= y >> 11
    y ^= (y << 7)  & 9d2c5680
    y ^= (y << 15) & efc60000
    y ^= y >> 18

What is left in `y` is the word to hand out.

`mt19937_next` writes the next word to `*word`, changes `state` and `*next`, and
returns true. If `*next` is more than 624 this is no generator (somebody forgot
the seed): false, and nothing is touched. Only the words that come out count.
When the state is stirred, all at once or a word at a time, is your affair.

### The first word, step by step

![The first word of seed 123. Three words of the state make the new $s_0$: the top bit
of $s_0$, the other 31 bits of its neighbour, and the word 397 places further on. What is
handed out is a scrambled copy; the state keeps its own.](drawing:generator){alt="A row of
boxes, the state: s0 0000007b, s1 e79f0388, and further on s397 71222b1d. From s0 the top
bit and from s1 the other 31 bits are mixed to 679f0388 and shifted right by one bit to
33cf81c4; an exclusive or with s397 gives 42edaad9, which replaces s0; s1 to s623 follow
likewise. Below, the stirred state: a pointer named next stands at its first word,
42edaad9; a copy is tempered to b24bcdfe, which is 2991312382, and after the call next
stands at the second word."}

All numbers are in hexadecimal. $s_0$ is `0000007b`, $s_1$ is `e79f0388`, $s_{397}$ is
`71222b1d`.

| step | result |
|---|---|
| top bit of $s_0$ (it is 0), 31 bits of $s_1$ | `679f0388` |
| shifted right; a 0 fell out | `33cf81c4` |
| `^` $s_{397}$: the new $s_0$ | `42edaad9` |
| `y ^= y >> 11` | `42e5f76c` |
| `y ^= (y << 7) & 9d2c5680` | `52cde16c` |
| `y ^= (y << 15) & efc60000` | `b24be16c` |
| `y ^= y >> 18` | `b24bcdfe` |

and `b24bcdfe` is 2991312382 in decimal. For the second word the bit that falls
out is a 1, so `9908b0df` comes in; it must be 3062119789. The fifth must be 974319580: it is
the first that tells whether you look at the lowest bit of the mixture or at its top one.
*/

// word = temper(state[next]), next = next + 1; stirs state when next is 624
//   state [624]   next: how many words of state are handed out, 624 after seeding
// false, and nothing touched, if next is more than 624
EXERCISE bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next)
{
    // your code here
    (void)word, (void)state, (void)next;
    return false;
}

/*
## Many words at once

Many callers want more than one word, and some of them should not care which
generator the words come from. So the rest of the chapter asks for words through
a function of this type. `rng` is the generator's own business; for ours it
points to a `struct mt19937`.
*/

// Writes the next n words of the generator `rng`; false if it has none to give.
typedef bool word_source(uint32_t *words, void *rng, size_t n);

static bool mt19937_words(uint32_t *words, void *rng, size_t n)
{
    struct mt19937 *mt = rng;
    for (size_t k = 0; k < n; k++)
        if (!mt19937_next(&words[k], mt->state, &mt->next))
            return false;
    mt->drawn += n;
    return true;
}

/*
## From bits to a fraction {#fraction}

A word is a whole number below 4,294,967,296. We want a fraction $u$ with
$0 \le u < 1$, every one equally likely: a *uniform* one. Dividing by $2^{32}$ is
the natural idea. Try it on the largest word, 4294967295: the quotient is
0.99999999977, and the nearest `float` to that is 1.0. One word in some thirty
million would give a "fraction" that is not below 1.

A `float` carries 24 significant bits. So PyTorch keeps 24 bits of the word, the
low ones, and divides by $2^{24} = 16777216$ [@pytorchcode, `TransformationHelper.h`].
Nothing has to be rounded then: the result is exact, it is never 1, and the steps between
the fractions are all the same size.
*/

/*
## Exercise 2.2: a fraction from a word {#uniform-float .exercise}

Every value in the table begins as such a fraction, and a fraction that is off
by its last bit gives a table that is off too.

Return the low 24 bits of `word`, divided by $2^{24}$, as a `float`. Every word
is good input.

The first word of seed 123 is `b24bcdfe`. Its low 24 bits are `4bcdfe`, which is
4967934; and $4967934 / 16777216 = 0.296112$. The word `ffffffff` gives
0.99999994, the largest fraction there is: one step of $2^{-24}$ below 1. The
word `01000000` gives 0: its one bit stands too high to be kept.
*/

// u = (word mod 2^24) / 2^24
EXERCISE float uniform_float(uint32_t word)
{
    // your code here
    (void)word;
    return NAN;
}

/*
The program shows the first four words of seed 123 as soon as exercise 2.1 is written, and
with 2.2 what becomes of them. `torch.rand(4)` prints the last column, to four digits; the
tests of 2.2 hold what PyTorch gave.
Another seed? `build/02_init seed=7`.

::: {.output section="Words and uniforms" set="seed"}
:::

## From flat to bell {#bell}

Those fractions are spread evenly. PyTorch's embedding table starts with a *normal*
distribution instead, the bell curve: most values near 0, few far out. PyTorch
draws from $\mathcal{N}(0, 1)$ [@pytorchdocs, `torch.nn.Embedding`]. The first number is the
mean. The second is the *variance*, the mean of the squared distances from the mean; its root is
the *standard deviation*, the usual measure of how far apart values lie, `std` for short. The
values 1, 3 and 5 have the mean 3, the variance $(4 + 0 + 4)/3 = 2.67$ and the `std` 1.63. So
the bell is $\mathcal{N}(\mathrm{mean}, \mathrm{std}^2)$.

How does one bend an even spread into a bell?

Here is the trick of Box and Muller [@box1958]. Think of two normal numbers, *independent* (the one
tells nothing of the other), as one point on a plane. The cloud of such points looks the same from
all sides, so its *direction* is spread evenly over the full turn: $2\pi u'$, with a fraction $u'$.
Its *distance* from the middle is not even, but it can be made from another fraction $u$ by a
formula. Then the two coordinates of the point are two normal numbers:

$$
\begin{aligned}
r &= \sqrt{-2 \ln(1 - u)} \\
z &= r \cos(2\pi u') \\
z' &= r \sin(2\pi u')
\end{aligned}
$$

Take $u = 0.5$ and $u' = 0.25$. The distance is
$\sqrt{-2 \cdot (-0.6931)} = 1.1774$, the direction a quarter turn, and the two
numbers are 0 and 1.1774. The drawing at the top of the page does the same with the first
pair of seed 123. (It is made of words 0 and 8: which
words make a pair comes next.)

Why $1 - u$? Box and Muller have the fraction itself there. But ours may be 0, and $\ln 0$ is
minus infinity. They are never 1, so $1 - u$ is never 0, and it is spread as evenly. The
numbers are other numbers, though: whoever wants PyTorch's table has to make PyTorch's choice.

To get any other normal distribution, stretch and shift: `z * std + mean` has
standard deviation `std` and mean `mean`.

::: think
If you know integrals: why is the cloud round, and why is the distance
$\sqrt{-2 \ln(1 - u)}$?

:::: answer
The height of the bell over $z$ is $e^{-z^2/2}$, but for a constant factor. Of two independent
numbers the heights multiply, $e^{-z^2/2} \, e^{-z'^2/2} = e^{-r^2/2}$, and only the distance $r$
is left in it: no direction is special.

What share of the points lies farther out than $r$? A thin ring has an area in proportion to
its radius, so all the rings beyond $r$ together hold
$\int_r^\infty \rho \, e^{-\rho^2/2} \, d\rho = e^{-r^2/2}$. For $r = 0$ that is 1, as it
should be. Now ask of every point what share of them lies farther out than this one. A tenth of
the points get an answer below 0.1, and half of them one below 0.5: the answers are spread
evenly. So take an even fraction for the answer, $1 - u = e^{-r^2/2}$, and solve for $r$.
::::
:::

## Sixteen at a time {#sixteen}

The formula leaves a good deal open. Which two fractions make a pair? Where do
the two results go? What if the number of values is odd? Every answer gives a
fine normal distribution, and every answer gives another table. Since we want
*that* table, we need PyTorch's answers [@pytorchcode, `DistributionTemplates.h`].

**Blocks of sixteen.** Every full sixteen places are a block, made of 16 words
$w_0 \dots w_{15}$. For $j = 0 \dots 7$, words $j$ and $j+8$ form a pair: `uniform_float`
makes $u$, for the distance, of $w_j$, and $u'$, for the direction, of $w_{j+8}$. Then $z$,
with the cosine, goes to place $j$ of the block, and $z'$, with the sine, to place $j+8$.

**A tail drawn anew.** If the length $n$ is no multiple of 16, some values are
left over at the end, fewer than sixteen. The $n \bmod 16$ words that would have
been theirs are drawn and thrown away. Then 16 new words make a block for the
*last sixteen places*, $n-16$ to $n-1$, over the top of whatever a full block
had put there before.

![Above, one block: word $j$ and word $j + 8$ make a pair (one is framed), and its cosine and
sine go to places $j$ and $j + 8$. Below, eighteen values: words 16 and 17 are thrown away, and
words 18 to 33 write places 2 to 17 anew, so that of the first block only places 0 and 1 are
left.](drawing:blocks-of-sixteen){alt="Two rows of eight boxes, words 0 to 7 above words 8 to
15, each joined with the one below it: the upper row gives the distances, the lower row the
directions. Below, a strip of 34 words: 0 to 15, two that are crossed out, and 18 to 33.
Under it a strip of 18 places: 0 and 1 belong to the first block, 2 to 17 to the last sixteen
words."}

So the table of the beginning, $6 \times 3 = 18$ values, takes 34 words: 16 for a block,
2 for nothing, and 16 for the tail. (The 0.7671 of the first drawing is not in it for that
reason: it went to place 8, and the tail has written over it.)

**A different road for the small.** Fewer than 16 values are made pair by pair, all in
`double`, with four words $w_0 \dots w_3$ a pair. Two words make a fraction of 53 bits, as many
as a `double` has, and the direction comes first:

$$
\begin{aligned}
u' &= ((2^{32} w_0 + w_1) \bmod 2^{53}) / 2^{53} \\
u &= ((2^{32} w_2 + w_3) \bmod 2^{53}) / 2^{53}
\end{aligned}
$$

$z$ goes to place 0, $z'$ to place 1, those of the next four words to 2 and 3, and so on. If
the number of values is odd, the last $z'$ is dropped.
*/

/*
## Exercise 2.3: fill with normal numbers {#normal-fill .exercise}

Now the table itself; you may well want a helper for a block.

`normal_fill` writes `n` values to `out` by the three rules above, blocks and tail if
$n \ge 16$ and the road of the small if $n < 16$, and returns true when it is full. Where a rule
says $z$ or $z'$, the value is $z \cdot \mathrm{std} + \mathrm{mean}$ or
$z' \cdot \mathrm{std} + \mathrm{mean}$. Blocks may be computed in `float` or in `double`; on
the road of the small all is in `double`, and rounded to `float` at the very end.

Words come from `draw(words, rng, how_many)` and from nowhere else, in the order and number
that the rules say; how many at a time is your affair. What `rng` points to, if anything, is
`draw`'s business alone.

- `std` negative or NaN: false, `out` untouched, not a word drawn. Nothing else is
  refused: a `std` of 0, $-0$ or infinity and a `mean` of any kind go into the formulas
  as they are.
- `n` of 0: true, and not a word is drawn. (With a bad `std`, either answer is right.)
- If `draw` returns false: return false at once; `out` is worth nothing then.
- Values must agree with PyTorch's to $2 \cdot 10^{-6}$ at `std` 1 (and a little less closely far
  from the middle), not to the last bit: the C library's cosine is not PyTorch's own.
  (Standard C has no name for $\pi$; `acos(-1.0)` is $\pi$ in `double`.)

### Sixteen and five values by hand

A toy generator hands out zeros, except that word 0 is `800000` and word 8 is `400000`
(hexadecimal); $n = 16$, mean 1, std 3. The pair $j = 0$ has $u = 0.5$, so $r = 1.1774$, and
$u' = 0.25$, a quarter turn. So
$\mathrm{out}_0 = 3 \cdot 0 + 1 = 1$ and
$\mathrm{out}_8 = 3 \cdot 1.1774 + 1 = 4.5322$. For all others $\ln(1 - 0) = 0$, so
$r = 0$: they are 1, the mean.

The road of the small, with seed 123, mean 0, std 1 and $n = 5$: the first four words, which
you have seen, leave the 53 bits `0bcdfeb6843d6d` and `006d7e6db04542`. So $u' = 0.368896$,
$u = 0.013366$ and $r = 0.164049$, and the first pair is
[-0.1115]{.n .kept section="One seed, two shapes"} and
[0.1204]{.n .kept section="One seed, two shapes"}. Then comes
[-0.3696]{.n .kept section="One seed, two shapes"}. Twelve words in all; the sixth value is dropped.
*/

// out[j], out[j + 8] = std * (r cos a, r sin a) + mean, block by block of 16
//   out [n]   draw(words, rng, k) writes the next k words of rng
// false, out untouched and no word drawn, if std is negative or NaN; false if draw fails
EXERCISE bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                          size_t n)
{
    // your code here
    (void)out, (void)draw, (void)rng, (void)mean, (void)std, (void)n;
    return false;
}

/*
## The same eighteen numbers

Now digit under digit: the eighteen numbers as PyTorch gives them, and what your three
functions make.

::: {.output section="The table of the seed" follows="seed"}
:::

There it is: PyTorch's table, digit by digit. The last line counts. It is one more word of the
generator, which can only be [753559554]{.n .kept section="The table of the seed"} if
exactly [34]{.n .kept section="The table of the seed"} words have been drawn, the two wasted
ones included.
*/

/*
## One seed, two shapes {#shapes}

::: belief
**"Set the seed, and you get the same numbers."** It is the advice at the top of
many a notebook, and it is good advice. What exactly does it promise?
:::

Let us make a second table with the same seed: four rows of five, 20 values
instead of 18.

::: predict
Both arrays begin with a block of sixteen from the same words. Then come two
leftover values in one case, four in the other. Write down which of the first 18
places you expect to differ: none, the last few, nearly all? Then look.

:::: answer
Four, and not the last ones: those with a star.
::::
:::

::: {.output section="One seed, two shapes" set="rows columns" follows="seed"}
:::

The others are the same to the last bit. It looks like a fault. It is bookkeeping.

### Why these places

With 18 values the tail covers places 2 to 17 and is made of words 18 to 33. With 20 it
covers places 4 to 19 and is made of words 20 to 35. Either way, place $p$ of the tail
belongs to word $p + 16$: *the same words reach the same places*. What can differ is
whether a place is in the tail at all, and in which half of it:

| places | of 18 values | of 20 values | |
|:---|:---|:---|:---|
| 0, 1 | first block | first block | same |
| 2, 3 | tail, cosine | first block | **differ** |
| 4 to 9 | tail, cosine | tail, cosine | same |
| 10, 11 | tail, sine | tail, cosine | **differ** |
| 12 to 17 | tail, sine | tail, sine | same |

The last three lines of the output go further: 15 values and 16 have not one in common,
for 15 go down the road of the small.

So what does a seed promise? It fixes the *words*. What is made of them hangs on
the shape and on the order in which tables are filled. And PyTorch promises no equal
results across releases or platforms, nor between CPU and GPU, even with the same seed
[@pytorchdocs, "Reproducibility"]. If your experiment must be repeated next year, keep the table,
not the seed.

::: aside
When PyTorch makes an odd number of values down this road, it keeps the unused sine inside
the generator, and the next small fill begins with it [@pytorchcode, `DistributionsHelper.h`].
So there two fills of 5 are one fill of 10, to the bit. Our contract drops the sine, and for us
they are not.
:::

::: think
Try shapes of your own, and predict the stars: `build/02_init rows=5 columns=7`. Why
does every array of more than 18 values have a star at place 2?

:::: answer
All of the places get a star but 0 and 1. In an array of 35 the first block still holds places 0
to 15, where ours has its tail from place 2 on. Places 16 and 17 belong to its second block,
made of words from 16 on; ours belong to the tail, made of words from 18 on.

A tail, if there is one, begins at place $n - 16$; with more than 18 values that is 3 or more.
So place 2 keeps what the first block gave it, [-0.3035]{.n section="One seed, two shapes"},
and in our array of 18 the tail has gone over it. (In
one of 17, too: there place 2 has no star.)
::::
:::
*/

/*
## Forty million values {#histogram}

Is it a bell? Let us fill a table of GPT-2's size,
$50{,}257 \times 768 = 38{,}597{,}376$ values, with your `normal_fill`, and count how
many fall where. We draw from $\mathcal{N}(0, 0.02^2)$, as GPT-2's own code does
[@gpt2code, `src/model.py`]; the next section asks why.

::: {.output section="Forty million values" set="std"}
:::

![How often values occur, counted in steps of half a standard deviation. There are
two lines: the bell as computed, and your values. Look for the second
one.](figure:init-histogram){#fig-init-histogram}

No share is farther than 0.01 percentage points from the curve's. That is as near as chance
allows: it moves a share $p$ of $n$ values by a standard deviation of $\sqrt{p \, (1 - p) / n}$,
0.0075 points in the first line and 0.0033 in the third.

The last line holds a small oddity. A true normal distribution has no largest value;
Box and Muller's trick with 24-bit fractions has. The smallest $1-u$ is $2^{-24}$, so
the distance cannot exceed $\sqrt{2 \cdot 24 \ln 2}$, which is
[5.77]{.n section="Forty million values"}. Beyond that there is nothing, and
shortly before it too little: of the values that a bell has beyond 5.5 a fifth are missing.

::: aside
Beyond 5.77 a perfect bell has eight values in a
billion: in GPT-2's table one would expect 0.3 of a value.
:::

About two values in three lie within one standard deviation of the mean, and 95 in 100
within two: so it is for every normal distribution.

([Behind the scenes](#speed) makes the same forty million values, to about two millionths, many
times as fast.)
*/

/*
## How large should the first numbers be? {#how-large}

Not everybody starts alike.

| who | the table of tokens starts as |
|---|---|
| PyTorch's `nn.Embedding`, unless told otherwise [@pytorchdocs] | $\mathcal{N}(0, 1)$ |
| GPT-2 [@gpt2code] | $\mathcal{N}(0, 0.02^2)$; its table of positions $\mathcal{N}(0, 0.01^2)$ |
| word2vec, a program of 2013 (chapter 8) [@word2veccode] | evenly between $\pm 0.5/d$, with $d$ the row's length |

Fifty times smaller than PyTorch's default: what is gained by that? GPT-2 uses its table twice
(chapter 5 is about that). At the end of the model (chapter 3 builds a small one) there is a vector
$h$ of 768 numbers, scaled by the last step before this [@radford2019, sec. 2.3] to a standard
deviation of 1, and each token gets a *score*: the dot product of $h$ with the token's row. That is
a sum of 768 products of the size of `std`. Standard deviations of independent numbers add like the
sides of a right triangle, by their squares, so 768 of one size make $\sqrt{768} = 27.7$ times as
much: the scores have a standard deviation of $27.7 \cdot \mathrm{std}$. (So it is for rows that $h$
knows nothing of, and here we draw $h$ at random. GPT-2's own is made of rows of this very table,
and of what its *weights*, its other tables of numbers, add.)

### From scores to surprise

Scores become *shares* of 1: raise $e \approx 2.718$ to each score, and divide by the sum of all. A
token's share $p$ is how much the model believes that it comes next. If it does come, let us call
$-\ln p$ the *surprise*: 0 if the model was certain of it, more the less it believed. Three tokens
with the scores 0, 1 and 2 give 1, 2.72 and 7.39; so their shares are 0.09, 0.24 and 0.67, and their
surprises 2.41, 1.41 and 0.41. Of two tokens, the one with one less of score has one more of
surprise.

A model that has learned nothing should say so, and give each of the 50,257 tokens the same
share. Its surprise is then $\ln 50257 =$ [10.82]{.n section="How sure it is"}, and when any
token is as likely to come as any other, no model can do better on average. For the surprises of
two shares $p$ and $q$ add up to $-\ln(p \, q)$, and of all pairs with the same sum the equal one
has the largest product: while two shares differ, making them equal lowers the sum.

::: predict
A random table, random vectors for $h$, and the token that comes is any of the
50,257, all equally likely. With `std` 0.02 the mean surprise will be a little above
10.82. How large will it be with `std` 1: 11? 20? 100?

:::: answer
[111.68]{.n section="How sure it is"}.
::::
:::

::: {.output section="How sure it is" set="std"}
:::

With `std` 1 the favourite, one of 50,257 and picked by nothing but chance, gets
[89]{.n section="How sure it is"} % of the belief, on average over the four vectors $h$ that the
program draws. The model is not ignorant; it is *certain, and wrong*, and training has that to undo.
(A GPT-2 with one table of `std` 1 begins worse, and not by chance: the row of the token just read
is still in its $h$, and times itself that row makes about 768, where other scores scatter by 27.7.
In an untrained one of 12 layers, which we tried, several hundred were left of that, and the token
just read was the favourite each time. With 0.02 what the weights add outweighs the row.)

Why 112? The favourite's own surprise is nearly 0, and every other token's is larger by as
much as its score is lower. The mean score is about 0, and a normal number lies more than
four standard deviations above its mean about once in 30,000 draws. So the largest of 50,257
scores lies a little beyond, at 4.2 of them on average, and 4.2 times
[27.19]{.n .kept section="How sure it is"} is 114. (Four draws are few: their mean scatters by
about 4. And it is not 27.7: the program does not scale its four $h$, and they came out a little
short.)

With 0.02 the scores differ by about half a unit, even the favourite has only
[0.016]{.n .kept section="How sure it is"} % of the belief, and the surprise starts close to where
it should. Chapter 3 gives it its usual name, and trains on it.

Why not smaller still? For this one number zeros would be best: see the last line of the output.
But training finds out what to change in $h$ by asking how the scores answer to it, and a score
answers in proportion to the row, and so to `std`. With 0.001 the same change of $h$ moves the
scores a twentieth as far as with 0.02 (chapter 6 has ways to turn this up again). With zeros it
does not move them at all, and what makes $h$ learns nothing at first: the first question at the
end. The number 0.02 is a habit; in GPT-2's predecessor it "was sufficient" [@radford2018, sec.
4.1]. Nor is PyTorch's default a mistake: a table that is only looked up gives no scores. Try
others: `build/02_init std=0.1`.
*/

/*
## Unrelated at birth {#unrelated}

::: belief
**"At first the vectors are jumbled together at random. Training then pulls
related words together and pushes unrelated ones apart."** So it is often told, and it
makes a good picture.
:::

One part of it can be tested before any training. How alike are two words whose
rows nobody has touched? Chapter 1 measured it by the cosine of the angle between
the rows:

$$\cos(a, b) = \frac{a \cdot b}{|a|\,|b|},$$

which is 1 for rows that point the same way, 0 at a right angle and $-1$ for opposite
ones. For random rows its sign is a coin toss, so we ask for the mean of $|\cos|$ over
all pairs.
*/

/*
## Exercise 2.4: how alike, on average {#mean-abs-cosine .exercise}

One number for a whole table lets us compare tables of different widths.

`rows` holds `n_rows` rows of `d_model` floats. Return the mean of
$|\cos(\mathrm{row}_a, \mathrm{row}_b)|$ over all pairs $a < b$, each pair once:
there are $n(n-1)/2$ of them for $n$ rows. Multiply and sum in `double`. If a
row is all zeros it has no direction, and its cosine with any other counts as 0; so it
is for rows of no numbers at all, `d_model` 0. Fewer than two rows make no pair:
return 0.

Three rows of two numbers: $(3, 4)$, $(1, 0)$, $(-4, -3)$, of the lengths 5, 1 and 5. First and
second: $3 / (5 \cdot 1) = 0.6$. First and third: $-24 / (5 \cdot 5) = -0.96$. Second and third:
$-4 / (1 \cdot 5) = -0.8$. Without signs: 0.6, 0.96 and 0.8; their mean is 0.7867.
*/

// mean over all pairs a < b of |rows[a] . rows[b]| / (|rows[a]| |rows[b]|)
//   rows [n_rows][d_model]
// 0 for a pair with a row of zeros; 0 if there are fewer than two rows
EXERCISE float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model)
{
    // your code here
    (void)rows, (void)n_rows, (void)d_model;
    return NAN;
}

/*
## How far from a right angle?

::: predict
In the plane, $d = 2$, the mean is $2/\pi = 0.64$: any angle is as likely as
any other. In space, $d = 3$, it is exactly 0.5. What is it for GPT-2's 768: about
the same, 0.3, 0.1, less?

:::: answer
[0.0287]{.n section="Random rows"}: much less.
::::
:::

The program draws 128 random rows of each width and takes all $128 \cdot 127 / 2 = 8128$
pairs.

::: {.output section="Random rows" set="width"}
:::

(In the terminal this block comes before "Forty million values", which takes longer.)
In [768]{.n .kept section="Random rows"} dimensions the mean is [0.0287]{.n .kept section="Random
rows"}. The last column turns the mean into an angle: less than two degrees from 90. The rows are
random, as the belief says, and in so many dimensions this alone makes *nearly every word nearly
unrelated to every other from birth*. No training is needed for it.

Whether training pulls related words together, chapter 3 will see. And does it push the unrelated
ones apart? In two famous tables, those of word2vec and GloVe, all rows share a large mean vector
[@mu2018]: two words taken at random are closer together there than chance would have them. By how
much in GloVe's, chapter 7 measures.

![The mean of |cos| of random rows against their width, both axes in powers of
ten. Two lines lie on each other: exact and measured. Look at the slope: a hundred times the
width, a tenth of the cosine.](figure:init-cosines){#fig-init-cosines}

### Where the exact column comes from

The cloud of random rows looks the same from all sides, as in the plane. So fix one row and turn
the room until it points along the first axis. Then the cosine is the first coordinate of the
other row, after that row has been scaled to length 1.
The squares of its $d$ coordinates add up to 1, and no axis is special, so each square is $1/d$ on
average; and either sign is as likely as the other. Hence the cosine has mean 0 and a standard
deviation of exactly $1/\sqrt d$. For 768 that is 0.036. The mean without the sign is a little
smaller, in wide rows about 0.8 of it, and 0.8 of 0.036 is 0.029.

The column "exact" is that mean for each width. The column "sigmas" says how far the
measured mean is from the exact one, in standard deviations of such a mean. Anything between
$-3$ and 3 is as it should be. Other widths? `build/02_init width=300`.

![How many of all pairs of 128 rows have a |cos| below a number, for four widths. Width 3 is a
straight line: all values are equally common. Look at how the lines leave it as the rows grow
longer.](figure:init-spread){#fig-init-spread}

::: think
If you want the whole formula: what is the mean of $|\cos|$ for any width, and why is it
$2/\pi$ in the plane?

:::: answer
Take a row $x$ of independent normal numbers. Its direction and its length are independent
of each other, so $M_{|x_1|} = M_{|\cos|} \cdot M_{|x|}$, with $M$ for the mean. The left
side is $\sqrt{2/\pi}$, and the mean length is
$\sqrt 2 \, \Gamma((d+1)/2) / \Gamma(d/2)$. Here $\Gamma$ is the function that fills the gaps
between the factorials: $\Gamma(n) = (n-1)!$ for whole numbers, and
$\Gamma(1/2) = \sqrt\pi$. (C has its logarithm, `lgamma`.) Divide:

$$M_{|\cos|} = \frac{1}{\sqrt\pi} \cdot \frac{\Gamma(d/2)}{\Gamma((d+1)/2)}
  \approx \sqrt{\frac{2}{\pi d}}$$

For $d = 2$ that is $\frac{1}{\sqrt\pi} \cdot 1 / \frac{\sqrt\pi}{2} = 2/\pi$. For $d = 3$ it is
1/2: slices of a sphere that are equally thick have the same surface, as Archimedes found, so that
all values of a coordinate are equally common. And $\sqrt{2/\pi}$ is the 0.8 of the wide rows.
::::
:::
*/

/*
## From 123 to a table

So: where do the first numbers come from, and can C make PyTorch's? From a seed, by a rule with no
chance in it. C makes the same ones, to about two millionths (the eighteen of the beginning to every
digit that PyTorch prints), when it draws the same words in the same order for the same shape. The
numbers mean nothing yet. But their size decides how sure of itself the model is before it has read
a word, and the width of the table how near to a right angle any two words begin.
*/

/*
## What you can now explain

- What a seed fixes, and what it leaves open.
- How a generator gets from 32 bits to a stream of words, and from a word to a
  fraction that is exact and never 1.
- How Box and Muller make two normal numbers out of two even ones, and why the
  logarithm is given $1 - u$.
- Why the same seed gives eighteen values and twenty values that differ, and not at the end.
- What first numbers that are too large do to a model, what too small ones do, and
  how surprised an untrained model ought to be.
- Why two random rows of 768 numbers are nearly at a right angle, with the
  reason for $1/\sqrt d$.

## Three questions to think about

::: think
A model whose tables are all filled with zeros would be cheaper to start, and its first
surprise is exactly $\ln 50257$, as good as can be while any token may come as well as any
other. Why would it learn nothing? And word2vec has two tables: why may *one* of them start with
zeros, as it does [@word2veccode]?

:::: answer
In the simplest model, chapter 3's, a score is the product of an input row and an output
row. How it changes when you move the one is proportional to the other. If both are zero,
moving either changes nothing: no direction is better than another, and training never
leaves the spot. If only the output table is zero, it can move at the first step, because the input
rows are not; from then on both move. (GPT-2's one table could leave the spot even from zero. Its
positions do not begin at zero, so $h$ does not, and a score changes with its row.) Rows that are
all equal but not zero can move, but all that moves them is made of the two rows that the tables
began with: but for rounding, the plain steps of chapter 3 keep both tables in the plane of these
two. Random numbers make each row a different place to start from.

A table of *positions* may start with zeros: chapter 4 tries it. Its rows are added to rows of
tokens, and what training tells a sum it tells each part of it. That comes from what the sum is
multiplied by afterwards, which is not zero; and it differs from position to position, because other
tokens follow there.
::::
:::

::: think
GPT-2's table has 50,257 rows, so it has about 1.26 billion pairs of rows. At
birth a cosine of 768 numbers has the standard deviation 0.036. How large,
roughly, is the largest cosine among all the pairs?

:::: answer
A cosine of so many numbers is nearly normal: a normal number, divided by a length that
hardly varies. A normal number exceeds 6 standard deviations to one given side about once
in a billion draws, and there are a little more than a billion pairs. So the largest
cosine is about $6 \cdot 0.036 = 0.22$. Even the most alike of all pairs, out of
more than a billion, is some 77 degrees apart: far more than 768 words are
nearly at right angles to each other.
::::
:::

::: think
You have trained a model from seed 123 and it is good. A colleague trains the
same model on her machine, from seed 123, with the vocabulary made one word
larger. Does she start from your table with one row added?

:::: answer
Nearly, if the table is the first thing drawn, and by luck of bookkeeping. Both tables are
one long array of $V d$ values. If $d$ is a multiple of 16, as 768 is, there is no tail: her
array is yours and one more row. If it is not, one of the arrays has a tail, or both have,
and some of your last sixteen places may be filled otherwise in hers. But everything that is
drawn *after* a table of 16 values or more, all the other weights of the model, begins at
another word of the stream: a row's worth later if $d$ is a multiple of 16. If it is not, a
tail may come or go, with the 16 words that it costs, and the rest can even begin earlier:
three rows of 8 take 40 words, four rows take 32.
::::
:::

## What to read next

- The file that this chapter follows [@pytorchcode,
  `aten/src/ATen/native/cpu/DistributionTemplates.h`] is short. Look for `normal_fill_16`,
  and for its twin with `AVX2` in the name, which does eight pairs at once.
- Matsumoto and Nishimura [-@matsumoto1998] explain where 624, 397 and the constants of
  stirring and tempering come from; the 1812433253 of the seeding came in 2002
  [@matsumoto2002]. Vigna [-@vigna2019] collects what has been found wrong
  with their generator since; none of it shows in the counts and cosines above.
- Marsaglia and Tsang [-@marsaglia2000] give another way to a bell, the ziggurat that
  stands [behind the scenes](#ziggurat), in seven pages, with the C code.
- Chapter 3 takes a random table and lets text move it.
*/

/*
## Behind the scenes

You can stop reading here. What follows shows, draws and times what the chapter was
about. Two things in it are new, both about speed: [what a value costs](#speed), and a
[ziggurat](#ziggurat) beside the bench.
*/

// GPT-2's table: 50,257 tokens, 768 numbers each
enum { GPT2_VOCAB = 50257, GPT2_D_MODEL = 768, GPT2_SIZE = GPT2_VOCAB * GPT2_D_MODEL };

// carried over from chapter 1
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

static double seconds(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void report(const char *what, double ratio, bool at_least, double want)
{
    bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-48s ~%-8.*f want %s %-5g %s\n", what, ratio < 10.0 ? 3 : 0, ratio,
           at_least ? ">=" : "<=", want, ok ? "ok" : "missed");
}
// end of what was carried over

// 1, 2 or 3: the first of the exercises 2.1 to 2.3 that is not written; 0 if all are
static int table_lacks(void)
{
    struct mt19937 rng;
    uint32_t word;
    float values[16];

    mt19937_seed(&rng, 123);
    if (!mt19937_words(&word, &rng, 1))
        return 1;
    if (isnan(uniform_float(word)))
        return 2;
    return normal_fill(values, mt19937_words, &rng, 0.0f, 1.0f, 16) ? 0 : 3;
}

static void table_waits(void)
{
    static const char *const number[] = {"", "2.1", "2.2", "2.3"};
    static const char *const name[] = {"", "mt19937_next", "uniform_float",
                                       "normal_fill"};
    const int lacks = table_lacks();
    if (lacks > 0)
        waits_for(number[lacks], name[lacks]);
}

// The next n values of a generator, if what they need is written
static bool draw_normal(float *out, struct mt19937 *rng, float std, size_t n)
{
    return table_lacks() == 0 && normal_fill(out, mt19937_words, rng, 0.0f, std, n);
}

// The values that PyTorch's generator gives after manual_seed(seed)
static bool torch_fill(float *out, uint32_t seed, float std, size_t n)
{
    struct mt19937 rng;
    mt19937_seed(&rng, seed);
    return draw_normal(out, &rng, std, n);
}

/*
### Words, tables, shapes
*/

static void show_words(uint32_t seed)
{
    struct mt19937 rng;
    uint32_t words[4];

    heading("Words and uniforms");
    mt19937_seed(&rng, seed);
    if (!mt19937_words(words, &rng, 4)) {
        waits_for("2.1", "mt19937_next");
        return;
    }
    printf("seed %-12" PRIu32 "%9s%7s%9s\n", seed, "in hex", "low 24", "fraction");
    for (int k = 0; k < 4; k++) {
        const float u = uniform_float(words[k]);
        printf("word %d %10" PRIu32 " %08" PRIx32 " %06" PRIx32, k, words[k], words[k],
               words[k] & 0xffffff);
        isnan(u) ? printf("%9s\n", "-") : printf("%9.6f\n", (double)u);
    }
    if (isnan(uniform_float(words[0])))
        waits_for("2.2", "uniform_float");
}

// torch.manual_seed(123); torch.nn.Embedding(6, 3).weight, from PyTorch 1.13 on a CPU
enum { TORCH_SEED = 123 };
static const float torch_table[6 * 3] = {
    0.337370187f,  -0.177777216f, -0.168956280f, // row 0
    0.917764604f,  1.580969570f,  1.301039930f,  // row 1
    1.275301220f,  -0.200953096f, -0.160563782f, // row 2
    -0.401488006f, 0.966571569f,  -1.148144010f, // row 3
    -1.158867840f, 0.325471014f,  -0.631505370f, // row 4
    -2.839993950f, -0.784853339f, -1.409572480f, // row 5
};

static void print_row(const float *row, size_t n, int digits)
{
    for (size_t i = 0; i < n; i++)
        printf("%9.*f", digits, (double)row[i]);
}

// The six rows: as PyTorch prints them, if we know that, and below as we made them (NULL:
// not yet), digit under digit
static void print_tables(const float *torch, const float *made)
{
    char name[32];
    for (size_t v = 0; v < 6; v++) {
        snprintf(name, sizeof name, "row %zu", v);
        if (torch) {
            printf("%s PyTorch", name);
            print_row(torch + 3 * v, 3, 4);
            printf("\n");
        }
        if (made) {
            printf("%-6s%-8s", torch ? "" : name, "made");
            print_row(made + 3 * v, 3, 5);
            printf("\n");
        }
    }
}

static double larger(double a, double b)
{
    return b > a ? b : a;
}

static void print_difference(const float *torch, const float *made)
{
    double largest = 0.0;
    for (size_t i = 0; i < 18; i++)
        largest = larger(largest, fabs((double)made[i] - (double)torch[i]));
    printf("largest difference %s 2e-6\n", largest <= 2e-6 ? "below" : "ABOVE");
}

static void show_table(uint32_t seed)
{
    struct mt19937 rng;
    const float *torch = seed == TORCH_SEED ? torch_table : NULL;
    float table[18];
    uint32_t word;

    heading("The table of the seed");
    mt19937_seed(&rng, seed);
    const bool made = draw_normal(table, &rng, 1.0f, 18);
    print_tables(torch, made ? table : NULL);
    if (!made) {
        table_waits();
        return;
    }
    if (torch)
        print_difference(torch, table);
    printf("%zu words drawn for 18 values\n", rng.drawn);
    if (mt19937_words(&word, &rng, 1))
        printf("the next word is %" PRIu32 "\n", word);
}

// Place p of both arrays; a star where they differ
static void print_place(const float *a, const float *b, size_t p)
{
    char place[32];
    snprintf(place, sizeof place, "%s%zu", a[p] != b[p] ? "*" : "", p);
    printf("%3s%8.4f%9.4f", place, (double)a[p], (double)b[p]);
}

// The first n places of both arrays, 18 at most, in two columns
static void print_places(const float *a, const float *b, size_t n, const char *shape)
{
    for (size_t p = 0; p < n; p += 9)
        printf("%s%3s%8s%9s", p > 0 ? "  " : "", "p", "(6, 3)", shape);
    printf("\n");
    for (size_t p = 0; p < n && p < 9; p++) {
        print_place(a, b, p);
        if (p + 9 < n) {
            printf("  ");
            print_place(a, b, p + 9);
        }
        printf("\n");
    }
}

// The values that are the same at the same place
static int count_same(const float *a, const float *b, size_t n)
{
    int same = 0;
    for (size_t p = 0; p < n; p++)
        same += a[p] == b[p];
    return same;
}

// The table of the first page beside one of `rows` times `columns`
static void show_shapes(float *b, uint32_t seed, size_t rows, size_t columns)
{
    float a[18], small[15], block[16];
    const size_t n = rows * columns, both = n < 18 ? n : 18;
    char shape[32];

    heading("One seed, two shapes");
    if (!torch_fill(a, seed, 1.0f, 18) || !torch_fill(b, seed, 1.0f, n) ||
        !torch_fill(small, seed, 1.0f, 15) || !torch_fill(block, seed, 1.0f, 16)) {
        table_waits();
        return;
    }
    snprintf(shape, sizeof shape, "(%zu, %zu)", rows, columns);
    print_places(a, b, both, shape);
    printf("15 values begin");
    print_row(small, 3, 4);
    printf("\n16 values begin");
    print_row(block, 3, 4);
    printf("\nthese two have in common: %d\n", count_same(small, block, 15));
}

/*
### Forty million values
*/

// What a column of values looks like from afar
struct census {
    double share[26];          // below -6 std, 24 steps of half a std, above 6 std
    double mean, std, largest; // largest |value|; all in units of the asked-for std
};

static struct census take_census(const float *values, float std, size_t n)
{
    struct census c = {{0}, 0, 0, 0};
    size_t counts[26] = {0};
    double sum = 0.0, squares = 0.0;
    const double scale = 1.0 / (double)std;

    for (size_t i = 0; i < n; i++) {
        const double x = (double)values[i] * scale;
        const double bin = 2.0 * x + 13.0; // NaN falls into the first
        counts[bin > 0.0 ? (bin < 25.0 ? (size_t)bin : 25) : 0]++;
        sum += x;
        squares += x * x;
        c.largest = larger(c.largest, fabs(x));
    }
    for (int b = 0; b < 26; b++)
        c.share[b] = (double)counts[b] / (double)n;
    c.mean = sum / (double)n;
    c.std = sqrt(squares / (double)n - c.mean * c.mean);
    return c;
}

// Share of N(0, 1) below x
static double normal_below(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0));
}

// What take_census would find if the values were perfect
static struct census perfect_census(void)
{
    struct census c = {{0}, 0, 1, INFINITY};
    for (int b = 0; b < 26; b++) {
        const double from = b == 0 ? -INFINITY : 0.5 * b - 6.5;
        const double to = b == 25 ? INFINITY : 0.5 * b - 6.0;
        c.share[b] = normal_below(to) - normal_below(from);
    }
    return c;
}

// Adds up the bins from `first` to `last`, in percent
static double percent(const struct census *c, int first, int last)
{
    double sum = 0.0;
    for (int b = first; b <= last; b++)
        sum += c->share[b];
    return 100.0 * sum;
}

// One line: the share of the curve, and of your values
static void print_share(const char *range, int first, const struct census *perfect,
                        const struct census *yours)
{
    const int last = first == 0 ? 6 : first + 1; // two bins of half a std, or the tail
    const int mirror_first = 25 - last, mirror_last = 25 - first;
    printf("%-17s %9.3f%% %11.3f%%\n", range,
           percent(perfect, first, last) + percent(perfect, mirror_first, mirror_last),
           percent(yours, first, last) + percent(yours, mirror_first, mirror_last));
}

static void draw_histogram(const struct census *perfect, const struct census *yours,
                           double std)
{
    FILE *file = open_figure("init-histogram");
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: 38.6 million values of N(0, %g²)\n"
            "# x: value\n# y: share of all values (%%)\n"
            "# zero: yes\n"
            "x\tthe curve%s\n",
            std, yours != NULL ? "\tnormal_fill" : "");
    for (int b = 3; b <= 22; b++) {
        fprintf(file, "%.4g\t%.4f", std * (0.5 * b - 6.25), percent(perfect, b, b));
        if (yours != NULL)
            fprintf(file, "\t%.4f", percent(yours, b, b));
        fprintf(file, "\n");
    }
    fclose(file);
}

static void print_census(const struct census *perfect, const struct census *c)
{
    print_share("within 1 std of 0", 11, perfect, c);
    print_share("1 to 2 std away", 9, perfect, c);
    print_share("2 to 3 std away", 7, perfect, c);
    print_share("farther", 0, perfect, c);
    printf("in units of std: mean %.4f, std %.4f\n", c->mean, c->std);
    printf("largest %.2f; 24 bits give at most %.2f\n", c->largest,
           sqrt(2.0 * 24.0 * log(2.0)));
}

static void show_histogram(float *table, struct mt19937 *rng, float std)
{
    const struct census perfect = perfect_census();
    char n[32];

    heading("Forty million values");
    if (!draw_normal(table, rng, std, GPT2_SIZE)) {
        table_waits();
        draw_histogram(&perfect, NULL, (double)std);
        return;
    }
    const struct census yours = take_census(table, std, GPT2_SIZE);
    printf("%-17s %10s %12s\n", with_commas(n, GPT2_SIZE), "the curve", "normal_fill");
    print_census(&perfect, &yours);
    draw_histogram(&perfect, &yours, (double)std);
}

/*
### How sure it is
*/

enum { N_HIDDEN = 4 };

// scores[k][v] = hidden[k] . table[v]
//   scores [4][vocab]   hidden [4][d]   table [vocab][d]
static void all_scores(double *scores, const float *hidden, const float *table,
                       size_t vocab, size_t d)
{
    for (size_t v = 0; v < vocab; v++) {
        const float *row = table + v * d;
        double sums[N_HIDDEN] = {0};
        for (size_t i = 0; i < d; i++)
            for (size_t k = 0; k < N_HIDDEN; k++)
                sums[k] += (double)row[i] * (double)hidden[k * d + i];
        for (size_t k = 0; k < N_HIDDEN; k++)
            scores[k * vocab + v] = sums[k];
    }
}

// The largest share that `scale` times these scores give; adds the mean of -ln of the
// shares to *surprise
static double largest_share(double *surprise, const double *scores, double scale,
                            size_t vocab)
{
    double largest = -INFINITY, sum = 0.0, exps = 0.0;
    for (size_t v = 0; v < vocab; v++) {
        largest = larger(largest, scale * scores[v]);
        sum += scale * scores[v];
    }
    for (size_t v = 0; v < vocab; v++)
        exps += exp(scale * scores[v] - largest);
    *surprise += largest + log(exps) - sum / (double)vocab;
    return 1.0 / exps;
}

// scores: made by a table of standard deviation `made`; the line is for `std`
static void print_sureness(const char *who, double std, double made, const double *scores)
{
    double squares = 0.0, surprise = 0.0, share = 0.0;
    const double scale = std / made;
    for (size_t i = 0; i < N_HIDDEN * (size_t)GPT2_VOCAB; i++)
        squares += scores[i] * scores[i];
    for (size_t k = 0; k < N_HIDDEN; k++)
        share += largest_share(&surprise, scores + k * GPT2_VOCAB, scale, GPT2_VOCAB);
    printf("%-9s %5.4g %6.2f %9.3f%% %8.2f\n", who, std,
           scale * sqrt(squares / (N_HIDDEN * (double)GPT2_VOCAB)),
           100.0 * share / N_HIDDEN, surprise / N_HIDDEN);
}

// The table as show_histogram leaves it: 50,257 rows of 768 values of N(0, std^2)
static void show_sureness(const float *table, struct mt19937 *rng, double std)
{
    float hidden[N_HIDDEN * GPT2_D_MODEL];
    double *scores = malloc(N_HIDDEN * (size_t)GPT2_VOCAB * sizeof *scores);

    heading("How sure it is");
    if (scores == NULL) {
        printf("left out: there is not enough memory\n");
        return;
    }
    if (draw_normal(hidden, rng, 1.0f, N_HIDDEN * (size_t)GPT2_D_MODEL)) {
        all_scores(scores, hidden, table, GPT2_VOCAB, GPT2_D_MODEL);
        printf("%-9s %5s %6s %10s %8s\n", "std of", "rows", "scores", "favourite",
               "surprise");
        print_sureness("PyTorch's", 1.0, std, scores);
        print_sureness(fabs(std - 0.02) < 1e-6 ? "GPT-2's" : "yours", std, std, scores);
        print_sureness("all zero", 0.0, std, scores);
    } else {
        table_waits();
    }
    free(scores);
}

/*
### Random rows
*/

// Mean of |cos| of independent normal rows
static double exact_mean(double d)
{
    return exp(lgamma(d / 2.0) - lgamma((d + 1.0) / 2.0)) / sqrt(acos(-1.0));
}

enum { N_ROWS = 128, N_PAIRS = N_ROWS * (N_ROWS - 1) / 2, SPREAD_STEPS = 20 };

// How many of all pairs have a |cos| below each step, in percent. Two rows are laid side by
// side for each pair.
//   below [SPREAD_STEPS + 1]   rows [N_ROWS][d]   pair [2][d]
static void take_spread(double *below, const float *rows, float *pair, size_t d)
{
    for (size_t b = 1; b < N_ROWS; b++) {
        memcpy(pair + d, rows + b * d, d * sizeof *pair);
        for (size_t a = 0; a < b; a++) {
            memcpy(pair, rows + a * d, d * sizeof *pair);
            const double step = (double)mean_abs_cosine(pair, 2, d) * SPREAD_STEPS;
            below[(size_t)fmax(0.0, fmin(step, SPREAD_STEPS - 1)) + 1] += 100.0 / N_PAIRS;
        }
    }
    for (int s = 1; s <= SPREAD_STEPS; s++)
        below[s] += below[s - 1];
}

// The picture of |cos| for four widths; table: room for rows, and for a pair
static void draw_spread(float *table, uint32_t seed, size_t width)
{
    const size_t widths[] = {2, 3, 64, width};
    double below[4][SPREAD_STEPS + 1] = {{0}};
    FILE *file = open_figure("init-spread");
    if (file == NULL)
        return;
    for (size_t w = 0; w < 4; w++) {
        (void)torch_fill(table, seed, 1.0f, N_ROWS * widths[w]);
        take_spread(below[w], table, table + N_ROWS * widths[w], widths[w]);
    }
    fprintf(file,
            "# kind: lines\n# title: |cos| of two random rows\n# x: |cos|\n"
            "# y: share of the pairs below it (%%)\n# zero: yes\n"
            "cos\t2 wide\t3 wide\t64 wide\t%zu wide\n",
            width);
    for (int s = 0; s <= SPREAD_STEPS; s++)
        fprintf(file, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", (double)s / SPREAD_STEPS,
                below[0][s], below[1][s], below[2][s], below[3][s]);
    fclose(file);
}

// One line for rows of width d, and a point of the picture; false if 2.4 is not written
static bool show_width(size_t d, const float *rows, FILE *figure)
{
    const double exact = exact_mean((double)d);
    const double sigma = sqrt((1.0 / (double)d - exact * exact) / N_PAIRS);
    const double mean = (double)mean_abs_cosine(rows, N_ROWS, d);
    const bool written = !isnan(mean);
    char width[32];
    if (written)
        printf("%6s %10.4f %7.4f %7.1f %8.1f\n", with_commas(width, d), mean, exact,
               (mean - exact) / sigma, 90.0 - acos(mean) * 180.0 / acos(-1.0));
    else
        printf("%6s %10s %7.4f\n", with_commas(width, d), "-", exact);
    if (figure != NULL && written)
        fprintf(figure, "%zu\t%.6f\t%.6f\n", d, exact, mean);
    else if (figure != NULL)
        fprintf(figure, "%zu\t%.6f\t\n", d, exact);
    return written;
}

static void show_rows(float *rows, uint32_t seed, size_t width)
{
    const size_t widths[] = {2, 3, 64, width, 12288};
    bool written = true;

    heading("Random rows");
    if (table_lacks() != 0) {
        table_waits();
        return;
    }
    FILE *figure = open_figure("init-cosines");
    printf("%6s %10s %7s %7s %8s\n", "width", "mean |cos|", "exact", "sigmas", "from 90");
    if (figure != NULL)
        fprintf(figure, "# kind: lines\n# title: Random rows are nearly at right angles\n"
                        "# x: numbers in a row\n# y: mean |cos|\n# xscale: log\n"
                        "# yscale: log\nx\texact\tmeasured\n");
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        (void)torch_fill(rows, seed, 1.0f, N_ROWS * widths[w]);
        written = show_width(widths[w], rows, figure);
    }
    if (figure != NULL)
        fclose(figure);
    if (written)
        draw_spread(rows, seed, width);
    else
        waits_for("2.4", "mean_abs_cosine");
}

/*
### What a value costs {#speed}

Forty million values are soon made, but models have grown, and a table is drawn anew for every
experiment. Where does the time go? (The output below says how long the words alone take, and how
long cosines and sines in `float` alone would, each as a share of your `normal_fill`'s time.) And
can the same values be had for less?

What keeps the plain loop from going faster is not the arithmetic alone. A processor of today
multiplies four, eight or sixteen floats in one instruction, but a call to `cosf` is a call, and
the compiler cannot look inside. (gcc and clang know `cosf` and `sinf` by name, and where the
library has a `sincosf` they make one call of the two: then that is what the output measures. Some
libraries have a cosine for eight floats at once. With `-ffast-math` gcc calls it, but not where a
loop wants sine and cosine of one angle; and that flag also lets it change sums.) And a library's
cosine must be ready for any angle, a million turns or a billionth of one. It may find out with a
branch which part of the circle the angle is in. A processor guesses which way a branch will go,
and our angles are random. The last line of the output below compares: the same calls, for as many
angles in rising order, where each guess but a few is right. Where that ratio is near 1, your
library's cosine does not branch, or your processor does not mind.

### Without the library

Two thoughts are enough. First, the angle need not be given in
radians: it is $u'$ of a turn, and $4u'$ rounded to a whole number *is* the quarter,
with no error at all. Second, within an eighth of a turn either way, sine and cosine
are short polynomials, to the precision of a float, and so is the logarithm of $m$ between 2/3 and
4/3, in $(m - 1) / (m + 1)$.
*/

// ln x for x in (0, 1]: x = 2^e m with m from 2/3 to 4/3, and with s = (m - 1) / (m + 1)
// ln m = 2 (s + s^3/3 + s^5/5 + s^7/7 + s^9/9 + ...)
static inline float natural_log(float x)
{
    uint32_t bits;
    float m;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t two_thirds = 0x3f2aaaabu;
    const int32_t e = (int32_t)((bits - two_thirds + (127u << 23)) >> 23) - 127;
    bits -= (uint32_t)e << 23;
    memcpy(&m, &bits, sizeof m);
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    const float tail = q * (1 / 3.0f + q * (1 / 5.0f + q * (1 / 7.0f + q * (1 / 9.0f))));
    return (float)e * 0.69314718f + 2.0f * (s + s * tail);
}

// sine and cosine of `turns` of a full circle, turns in [0, 1)
static inline void sin_cos_of_turns(float *sine, float *cosine, float turns)
{
    const int32_t quarter = (int32_t)(4.0f * turns + 0.5f);
    const float a = 6.2831853f * (turns - 0.25f * (float)quarter), q = a * a;
    const float odd = 1 / 6.0f - q * (1 / 120.0f - q * (1 / 5040.0f - q / 362880.0f));
    const float even = 1 / 2.0f - q * (1 / 24.0f - q * (1 / 720.0f - q / 40320.0f));
    const float s = a - a * q * odd, c = 1.0f - q * even;
    const float along = quarter & 1 ? s : c, across = quarter & 1 ? c : s;
    *cosine = (quarter + 1) & 2 ? -along : along;
    *sine = quarter & 2 ? -across : across;
}

static void block_in_lanes(float *restrict out, const uint32_t *restrict words, float std)
{
    for (size_t j = 0; j < 8; j++) {
        const float u1 = 1.0f - (float)(int32_t)(words[j] & 0xffffff) * 0x1p-24f;
        const float u2 = (float)(int32_t)(words[j + 8] & 0xffffff) * 0x1p-24f;
        const float radius = sqrtf(-2.0f * natural_log(u1));
        float sine, cosine;
        sin_cos_of_turns(&sine, &cosine, u2);
        out[j] = radius * cosine * std;
        out[j + 8] = radius * sine * std;
    }
}

/*
Taking a float apart into exponent and mantissa is a handful of operations on its bits. The first
five terms of each series are enough: what they leave out is at most about the size of the last
digit of a float. The quarter of the circle decides, by selections without a branch, which of the
two is the sine and which signs they get. What is left has no call and no branch, and the compiler
can turn the eight pairs of a block into one pass over eight *lanes*. Arranging the block as $j$
and $j+8$ spares a little on the way: each half is loaded and stored as it lies. PyTorch's own
file has a second version of the block for just such processors [@pytorchcode,
`DistributionTemplates.h`].

### Many words at a time

Then the words. There is a call for each of them, and each call looks whether the state
is used up. But 624 words are 39 blocks of sixteen, to the word. So stir and temper all
624 at once, in loops without an `if`. To spare the remainders, the loop over $k$ is
cut where the indices wrap.
*/

static inline uint32_t stirred(uint32_t here, uint32_t after, uint32_t ahead)
{
    const uint32_t mixed = (here & 0x80000000u) | (after & 0x7fffffffu);
    return ahead ^ mixed >> 1 ^ (mixed & 1) * 0x9908b0dfu;
}

// all 624 words of the next round, from a state that is used up
static void words_in_bulk(uint32_t *restrict words, uint32_t *restrict state)
{
    for (size_t k = 0; k < 227; k++)
        state[k] = stirred(state[k], state[k + 1], state[k + 397]);
    for (size_t k = 227; k < 623; k++)
        state[k] = stirred(state[k], state[k + 1], state[k - 227]);
    state[623] = stirred(state[623], state[0], state[396]);
    for (size_t k = 0; k < MT_WORDS; k++) {
        uint32_t y = state[k];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        words[k] = y ^ y >> 18;
    }
}

// as many whole blocks as n has, from a generator that is just seeded
static void fill_in_lanes(float *out, struct mt19937 *rng, float std, size_t n)
{
    uint32_t words[MT_WORDS];
    for (size_t start = 0; start + 16 <= n; start += 16) {
        if (start % MT_WORDS == 0)
            words_in_bulk(words, rng->state);
        block_in_lanes(out + start, words + start % MT_WORDS, std);
    }
}

/*
::: {.output section="Speed"}
:::

Compare the first two lines. The words are the same, the values are the same to about two
millionths, and a table is filled many times as fast: on the machine that built this page,
and wherever a processor has lanes and the compiler uses them. Where it does not,
little of the gain is left.

::: aside
One more thing stood in the way. `sqrtf` of a negative number may have to set `errno`, which is
a branch and a call, though no number here is negative. The Makefile says
`-fno-math-errno`, and the root becomes one instruction. Leave the flag out, and most of
the gain is gone.
:::

There is a famous other way to a bell, the *ziggurat* [@marsaglia2000]: no logarithm, no cosine,
only a lookup in a table, a multiplication and a comparison that nearly always goes the same way.
It beats the plain loop. But compare its line with that of the lanes. The ziggurat looks things up
and decides, one value after the other. Box and Muller's way is the same arithmetic for every
value. *With AVX2 or AVX-512, regular beats clever*; with four lanes (a Mac of today, a browser,
a PC without `-march=native`) the ziggurat may win: built without `-march=native`, it does on the
machine that built this page. And a table that PyTorch can check comes with it for free.
(`build/02_init bench` repeats the race with a table of GPT-2's size.)

Keep your `normal_fill` as it is: it passes all the tests, and one can read it. The
lanes are for afterwards.
*/

/*
### The stopwatch
*/

// as many as are done before a system that has other work, too, takes the processor away
enum { N_TIMED = 100000, N_TIMINGS = 15 };

// seconds for the cosine and the sine of N_TIMED angles; work [2 * N_TIMED]
static double time_angles(float *work, bool rising)
{
    float *out = work, *angles = work + N_TIMED;
    struct mt19937 rng;
    uint32_t words[MT_WORDS];
    double best = INFINITY;
    mt19937_seed(&rng, 1);
    for (size_t k = 0; k < N_TIMED; k++) {
        if (k % MT_WORDS == 0)
            words_in_bulk(words, rng.state);
        angles[k] = 6.2831853f * (rising ? (float)k / (float)N_TIMED
                                         : (float)(words[k % MT_WORDS] >> 8) * 0x1p-24f);
    }
    for (int run = 0; run < N_TIMINGS; run++) {
        const double start = seconds();
        for (size_t k = 0; k < N_TIMED; k++)
            out[k] = cosf(angles[k]) + sinf(angles[k]);
        best = fmin(best, seconds() - start);
    }
    return best;
}

static double time_yours(float *out, size_t n)
{
    const double start = seconds();
    return torch_fill(out, 123, 1.0f, n) ? seconds() - start : (double)INFINITY;
}

// of the words alone
static double time_words(size_t n)
{
    struct mt19937 rng;
    uint32_t word, all = 0;
    const double start = seconds();
    mt19937_seed(&rng, 123);
    for (size_t k = 0; k < n; k++)
        if (mt19937_next(&word, rng.state, &rng.next))
            all ^= word;
    const double spent = seconds() - start;
    return all == 0 ? (double)INFINITY : spent;
}

// of one fill of so many, because a clock may be too coarse for one
static double time_lanes(float *out, size_t n, size_t n_fills)
{
    struct mt19937 rng;
    const double start = seconds();
    for (size_t fill = 0; fill < n_fills; fill++) {
        mt19937_seed(&rng, 123);
        fill_in_lanes(out, &rng, 1.0f, n);
    }
    return (seconds() - start) / (double)n_fills;
}

// of one memset; of many, because a clock may be too coarse for one
static double time_zeros(float *out, size_t n)
{
    const size_t n_runs = 1 + ((size_t)1 << 26) / n;
    const double start = seconds();
    for (size_t run = 0; run < n_runs; run++) {
        memset(out, 0, n * sizeof *out);
        out[run % n] = 1.0f;
    }
    return (seconds() - start) / (double)n_runs;
}

static double largest_difference(const float *a, const float *b, size_t n)
{
    double largest = 0.0;
    for (size_t k = 0; k < n; k++)
        largest = larger(largest, fabs((double)a[k] - (double)b[k]));
    return largest;
}

/*
### The bench, and a ziggurat {#ziggurat}

::: aside
A ziggurat is a stepped tower of Mesopotamia. Seen from the side it looks like a
bell that somebody built of bricks.
:::

This is the *ziggurat* that the section on speed spoke of, the usual fast way to a bell
[@marsaglia2000]. Cover the right half of the bell
curve with 256 flat layers of equal area, wide at the bottom, narrow at the top. To
draw a number, choose a layer, then a place in it, evenly: that is one table lookup
and one multiplication. If the place lies inside the layer above as well, it surely
lies under the curve, and you are done; with 256 layers that happens 98.5 times in
100. Only at the layer's edge does it take an `exp` to decide whether to keep the
number or draw another, and the bottom layer has a tail that needs logarithms. (The
paper's code for the normal curve has 128 layers; our two constants are those for 256.)

Its words come from another generator, xoshiro256++ [@blackman2021]: a state of four
64-bit words where MT19937 has 624 of 32, and a rule of one shift, two rotations, two
additions and five exclusive ors. One 32-bit word is enough for a float: 8 bits
choose the layer, the other 24 give the place and the sign. It pays with a table of a
few kilobytes, and with numbers that only our own program makes.
*/

struct xoshiro {
    uint64_t s[4];
};

static void xoshiro_seed(struct xoshiro *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        rng->s[i] = z ^ z >> 31;
    }
}

static inline uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline uint64_t xoshiro_next(struct xoshiro *rng)
{
    uint64_t *s = rng->s;
    const uint64_t word = rotate_left(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return word;
}

enum { LAYERS = 256 };

struct ziggurat {
    float step[LAYERS];        // width of the layer / 2^23
    int32_t inside[LAYERS];    // below this many steps, the point is under the curve
    double height[LAYERS + 1]; // of the curve at the layer's right end; 1 at the top
};

static const double tail_start = 3.6541528853610088; // right of it only the tail
static const double layer_area = 0.00492867323399;   // of each of the 256 layers

static double bell(double x)
{
    return exp(-0.5 * x * x);
}

static void ziggurat_build(struct ziggurat *z)
{
    double width = layer_area / bell(tail_start), narrower = tail_start;
    for (int i = 0; i < LAYERS; i++) {
        z->step[i] = (float)(width * 0x1p-23);
        z->inside[i] = (int32_t)(narrower / width * 0x1p23);
        z->height[i] = bell(width);
        width = narrower;
        const double up = layer_area / width + bell(width);
        narrower = up < 1.0 ? sqrt(-2.0 * log(up)) : 0.0;
    }
    z->height[LAYERS] = 1.0;
}

// Even in (0, 1)
static double fraction(struct xoshiro *rng)
{
    return ((double)(xoshiro_next(rng) >> 11) + 0.5) * 0x1p-53;
}

static float ziggurat_tail(struct xoshiro *rng, bool negative)
{
    for (;;) {
        const double x = -log(fraction(rng)) / tail_start, y = -log(fraction(rng));
        if (2.0 * y >= x * x)
            return (float)(negative ? -(tail_start + x) : tail_start + x);
    }
}

// The rare case: the point may lie outside the curve
static float ziggurat_edge(const struct ziggurat *z, struct xoshiro *rng, uint32_t bits)
{
    for (;;) {
        const uint32_t layer = bits % LAYERS;
        const int32_t steps = (int32_t)(bits >> 8) - (1 << 23);
        const float x = (float)steps * z->step[layer];
        if (abs(steps) < z->inside[layer])
            return x;
        if (layer == 0)
            return ziggurat_tail(rng, steps < 0);
        const double low = z->height[layer], high = z->height[layer + 1];
        if (low + fraction(rng) * (high - low) < bell((double)x))
            return x;
        bits = (uint32_t)xoshiro_next(rng);
    }
}

static inline float ziggurat_value(const struct ziggurat *z, struct xoshiro *rng,
                                   uint32_t bits)
{
    const uint32_t layer = bits % LAYERS;
    const int32_t steps = (int32_t)(bits >> 8) - (1 << 23);
    if (abs(steps) >= z->inside[layer]) {
        struct xoshiro shown = *rng; // so that the state itself can stay in registers
        const float value = ziggurat_edge(z, &shown, bits);
        *rng = shown;
        return value;
    }
    return (float)steps * z->step[layer];
}

// out [n] = N(0, std^2)
static void ziggurat_fill(float *out, const struct ziggurat *z, struct xoshiro *rng,
                          float std, size_t n)
{
    struct xoshiro local = *rng; // a copy that may live in registers
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++) {
        word = i % 2 == 0 ? xoshiro_next(&local) : word >> 32;
        out[i] = std * ziggurat_value(z, &local, (uint32_t)word);
    }
    *rng = local;
}

static double time_ziggurat(float *out, const struct ziggurat *z, size_t n,
                            size_t n_fills)
{
    struct xoshiro own;
    const double start = seconds();
    xoshiro_seed(&own, 1);
    for (size_t fill = 0; fill < n_fills; fill++)
        ziggurat_fill(out, z, &own, 1.0f, n);
    return (seconds() - start) / (double)n_fills;
}

// table: room for 2 * N_TIMED values
static void show_speed(float *table)
{
    enum { N = N_TIMED };
    float *plain = table, *lanes = table + N;
    double yours = INFINITY, ours = INFINITY, zeros = INFINITY, other = INFINITY;
    double words = INFINITY;
    struct ziggurat z;
    char n[32];

    heading("Speed");
    if (table_lacks() != 0) {
        table_waits();
        return;
    }
    ziggurat_build(&z);
    for (int run = 0; run < N_TIMINGS; run++) { // each takes its turn; the best counts
        if (run < 3)
            zeros = fmin(zeros, time_zeros(plain, N));
        yours = fmin(yours, time_yours(plain, N));
        other = fmin(other, time_ziggurat(lanes, &z, N, 4));
        ours = fmin(ours, time_lanes(lanes, N, 8));
        words = fmin(words, time_words(N));
    }
    printf("%s values: how many times as fast\n", with_commas(n, N));
    printf("%-36s ~%.1f\n", "your normal_fill", 1.0);
    printf("%-36s ~%.1f\n", "the same words, in bulk and in lanes", yours / ours);
    printf("%-36s ~%.1f\n", "the ziggurat: other numbers", yours / other);
    printf("%-36s ~%.0f\n", "memset: zeros, no numbers at all", yours / zeros);
    printf("values in lanes are yours, to 2e-6: %s\n",
           largest_difference(plain, lanes, N) <= 2e-6 ? "yes" : "no");
    const double random = time_angles(table, false), rising = time_angles(table, true);
    printf("timed alone: words ~%.0f %%, cos, sin ~%.0f %%\n", 100.0 * words / yours,
           50.0 * random / yours);
    printf("%-36s ~%.1f\n", "cosf, sinf: time of random / rising", random / rising);
}

static void print_ratio(const char *what, double ratio)
{
    printf("%-48s ~%.3f\n", what, ratio);
}

static void bench(float *table)
{
    double yours = INFINITY, lanes = INFINITY, other = INFINITY, zeros = INFINITY;
    struct ziggurat z;

    ziggurat_build(&z);
    for (int run = 0; run < 5; run++) {
        zeros = fmin(zeros, time_zeros(table, GPT2_SIZE));
        yours = fmin(yours, time_yours(table, GPT2_SIZE));
        lanes = fmin(lanes, time_lanes(table, GPT2_SIZE, 1));
        other = fmin(other, time_ziggurat(table, &z, GPT2_SIZE, 1));
    }
    heading("Benchmark, a table of 50,257 x 768");
    table_waits();
    if (isfinite(yours)) {
        printf("with AVX2 or AVX-512:\n");
        report("speed of the lanes / your normal_fill", yours / lanes, true, 3.0);
        printf("on any machine:\n");
        report("speed of the ziggurat / your normal_fill", yours / other, true, 2.0);
    }
    print_ratio("speed of the lanes / the ziggurat", other / lanes);
    print_ratio("time of the lanes / memset", lanes / zeros);
    print_ratio("cosf and sinf: time of random / rising angles",
                time_angles(table, false) / time_angles(table, true));
    printf("the numbers that PyTorch makes are made %s\n",
           lanes <= 1.1 * other ? "as fast as the ziggurat's numbers, or faster"
                                : "slower than the ziggurat's numbers here");
}

/*
## What you can change

The program takes settings: `build/02_init seed=7 rows=3 columns=9`, for example. Each
has a row in the table at the end of this section, and `build/02_init settings` prints
them. The numbers in the text are those of the defaults.
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
    {"seed", "whole", "123", 0, 4294967295, "the seed of all that is drawn"},
    {"rows", "whole", "4", 1, 99, "rows of the second table of the same seed"},
    {"columns", "whole", "5", 1, 99, "its columns"},
    {"std", "number", "0.02", 0.001, 10,
     "the standard deviation of the table of GPT-2's size"},
    {"width", "whole", "768", 2, 12288, "numbers in a row, where random rows meet"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static void show_all(float *table, char **args)
{
    const uint32_t seed = (uint32_t)setting_number(settings, args, "seed");
    const double std = setting_number(settings, args, "std");
    struct mt19937 rng;

    show_words(seed);
    show_table(seed);
    show_shapes(table, seed, (size_t)setting_number(settings, args, "rows"),
                (size_t)setting_number(settings, args, "columns"));
    show_rows(table, seed, (size_t)setting_number(settings, args, "width"));
    mt19937_seed(&rng, seed); // what follows takes longer; the rest has answered by now
    show_histogram(table, &rng, (float)std);
    show_sureness(table, &rng, std);
    show_speed(table);
}

int main(int argc, char **argv)
{
    char **args = argc > 0 ? argv + 1 : argv;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    float *table = malloc(GPT2_SIZE * sizeof *table);
    if (table == NULL) {
        fprintf(stderr, "02_init: there is no memory for a table of 154 MB\n");
        return 1;
    }
    if (*args && strcmp(*args, "bench") == 0)
        bench(table);
    else
        show_all(table, args);
    free(table);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="2.1"}
The two halves happen at different times. Which of them happens at every call,
and which one only now and then? What tells you?
:::

::: {.hint exercise="2.1"}
Stir: `m = (s[k] & 0x80000000u) | (s[(k + 1) % 624] & 0x7fffffffu)`, and then
`s[k] = s[(k + 397) % 624] ^ (m >> 1) ^ (m odd ? 0x9908b0dfu : 0)`.
:::

::: {.hint exercise="2.1"}
If `*next` is more than 624, return `false`. If it is 624, loop `k` from 0 to
623 with the line of the second hint, writing into `state` as you go, and set
`*next` to 0. Then copy `state[*next]` to a local `uint32_t`, add 1 to `*next`,
do the four lines of tempering on the copy, store it in `*word`, return `true`.
:::

::: {.hint exercise="2.2"}
Which operator of C keeps some bits of a number and clears the rest?
:::

::: {.hint exercise="2.2"}
`u = (word & 0xffffff) / 16777216`. Make it a `float` before you divide: the
quotient of two whole numbers is 0.
:::

::: {.hint exercise="2.2"}
One line. Mask the word with `0xffffff`, convert the result to `float` (nothing
is lost, it has 24 bits), divide by `16777216.0f`, return.
:::

::: {.hint exercise="2.3"}
How many words does each of the three cases draw for $n$ values? Count them for
$n$ = 5, 16, 18 and 32 before you write a line; your code must draw 12, 16, 34
and 32.
:::

::: {.hint exercise="2.3"}
Write a helper that turns 16 words into 16 values at `block`: for $j$ from 0 to
7, with $r = \sqrt{-2\ln(1-u(w_j))}$ and $\theta = 2\pi u(w_{j+8})$,
$\mathrm{block}_j = \mathrm{std} \cdot r \cos\theta +
\mathrm{mean}$, and the sine at $j + 8$. Use it at `out`, `out + 16`, … while 16
places are left, and once more at `out + n - 16` if $n \bmod 16$ is not 0.
:::

::: {.hint exercise="2.3"}
Refuse a bad `std` with `!(std >= 0)`. If `n < 16`: loop over `i` = 0, 2, 4, …;
draw four words; join the first two as `(uint64_t)w[0] << 32 | w[1]`, keep the
low 53 bits, divide by $2^{53}$: that is the direction; the last two make the
distance; store the cosine's value at `i` and, if `i + 1 < n`, the sine's at
`i + 1`. Else: for each full block draw 16 words and call the helper. If
`n % 16` is not 0, draw `n % 16` words and do nothing with them, draw 16 more,
and call the helper on the last 16 places. Check what `draw` returns every time.
:::

::: {.hint exercise="2.4"}
How do you walk over all pairs of rows so that each pair comes once and no row
meets itself?
:::

::: {.hint exercise="2.4"}
With $x_{ai}$ for `rows[a * d_model + i]` and $c_{ab} = \sum_i x_{ai} x_{bi}$,
the mean is $\frac{2}{n(n-1)} \sum_{b=1}^{n-1} \sum_{a=0}^{b-1} |c_{ab}| /
\sqrt{c_{aa} c_{bb}}$.
:::

::: {.hint exercise="2.4"}
Return 0 if `n_rows` is less than 2. Two loops, `b` from 1 and `a` below `b`;
inside, one loop over the columns with three sums in `double`. If both sums of
squares are above 0, add `fabs(dot) / (sqrt(aa) * sqrt(bb))` to the total. At
the end divide the total by the number of pairs.
:::
*/
