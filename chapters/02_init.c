/*
# Where do the first numbers come from, and can C make PyTorch's? {#init}

A table of embeddings has to hold something before anybody has trained it. Ask
PyTorch for a table of six rows and three columns, with the seed 123,

    torch.manual_seed(123)
    print(torch.nn.Embedding(6, 3).weight)

and on a CPU it prints these eighteen numbers:

     0.3374  -0.1778  -0.1690
     0.9178   1.5810   1.3010
     1.2753  -0.2010  -0.1606
    -0.4015   0.9666  -1.1481
    -1.1589   0.3255  -0.6315
    -2.8400  -0.7849  -1.4096

Run it tomorrow, and the same eighteen come out. They look like noise. They are
nothing of the kind: every digit follows from the number 123 by whole-number
arithmetic, one logarithm, one square root, one cosine and one sine. By the end
of this chapter a C program of yours prints the same table.

Why take the trouble? One reason is practical. Whoever writes a model in C wants
to compare it with a known one, number by number, and the comparison can only
begin if both begin alike. The other reason is that the first numbers decide
more than one would think: how wrong the untrained model is, and how alike two
words are before anybody has read a single sentence.

You need C, and of chapter 1 only this: an embedding is a row of a table. The
table has `vocab_size` rows, one for each token, and `d_model` columns; it lies
in memory row after row, as one flat array of `vocab_size * d_model` floats. To
fill the table is to fill that array.
*/

#include <errno.h>
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

// GPT-2's table: 50,257 tokens, 768 numbers each
enum { GPT2_VOCAB = 50257, GPT2_D_MODEL = 768 };

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

static void report(const char *what, double ratio, bool at_least, double want)
{
    bool ok = at_least ? ratio >= want : ratio <= want;
    printf("%-48s ~%-8.*f want %s %-5g %s\n", what, ratio < 10.0 ? 3 : 0, ratio,
           at_least ? ">=" : "<=", want, ok ? "ok" : "missed");
}
// end of what was carried over

/*
## A seed is a whole future {#seed}

A computer that follows its program has no dice. What it has instead is a
*generator*: some memory, called the state, and a rule that changes the state
and hands out a number. Whoever knows the state knows every number to come. The
*seed* is how you choose the first state. So a seed does not make things random.
It makes them repeatable.

PyTorch's generator on the CPU is the Mersenne Twister MT19937 [@matsumoto1998].
Its state is 624 words of 32 bits, which we shall call $s_0 \dots s_{623}$, and
the position of the next word to hand out. A seed has 32 bits, the state has
nearly twenty thousand; so the seed is stretched over the state, each word made
from the one before it:

$$s_0 = \text{seed}, \qquad
  s_k = 1812433253 \cdot \bigl(s_{k-1} \oplus \lfloor s_{k-1} / 2^{30} \rfloor\bigr) + k
  \pmod{2^{32}}$$

The sign $\oplus$ is C's `^`, the division by $2^{30}$ is `>> 30`, and the
remainder by $2^{32}$ costs nothing: `uint32_t` throws the rest away by itself.
With seed 123 the state begins 123, 3885958024, …, or in hexadecimal `0000007b`,
`e79f0388`.

The state as it comes from the seed is never handed out. We mark it as used up
by setting `next` to 624; the first call has to stir it first.
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
- shift the mixture right by one bit; if the bit that falls out was a 1, also
  `^` with `9908b0df`;
- `^` with $s_{k+397}$. That is the new $s_k$.

Indices go round: after 623 comes 0, and $k+397$ means $k+397-624$ once it
passes the end. Because it happens in place, the later words read neighbours
that are already new, and that is meant. Then `*next` is 0 again.

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

Here is the very first word of seed 123 by hand, all numbers in hexadecimal.
$s_0$ is `0000007b`, $s_1$ is `e79f0388`, $s_{397}$ is `71222b1d`.

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
out is a 1, so `9908b0df` comes in; it must be 3062119789.
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
$0 \le u < 1$, every one equally likely. Dividing by $2^{32}$ is the natural
idea. Try it on the largest word, 4294967295: the quotient is 0.99999999977, and
the nearest `float` to that is 1.0. One word in some thirty million would give a
"fraction" that is not below 1.

A `float` carries 24 significant bits. So PyTorch keeps 24 bits of the word, the
low ones, and divides by $2^{24} = 16777216$. Nothing has to be rounded then:
the result is exact, it is never 1, and the steps between the fractions are all
the same size.
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

static void show_words(void)
{
    struct mt19937 rng;
    uint32_t words[5];

    heading("Words and uniforms");
    mt19937_seed(&rng, 123);
    if (!mt19937_words(words, &rng, 5)) {
        waits_for("2.1", "mt19937_next");
        return;
    }
    printf("seed 123        word   in hex      low 24 bits   as a fraction\n");
    for (int k = 0; k < 5; k++) {
        const float u = uniform_float(words[k]);
        printf("word %d    %10" PRIu32 "   %08" PRIx32 "         %06" PRIx32, k, words[k],
               words[k], words[k] & 0xffffff);
        isnan(u) ? printf("%16s\n", "-") : printf("%16.7f\n", (double)u);
    }
    if (isnan(uniform_float(words[0])))
        waits_for("2.2", "uniform_float");
}

/*
When both are written, the program shows the first five words of seed 123 and
what becomes of them. `torch.rand(5)` prints the last column.

::: {.output section="Words and uniforms"}
:::

## From flat to bell {#bell}

Those fractions are spread evenly. An embedding table starts with a *normal*
distribution instead, the bell curve: most values near 0, few far out. PyTorch
draws from $N(0, 1)$, which means mean 0 and standard deviation 1
[@pytorchembedding]. (The standard deviation is the root of the mean squared
distance from the mean.) How does one bend an even spread into a bell?

Here is the trick of Box and Muller [@box1958]. Think of two normal numbers as
one point on a plane. The cloud of such points looks the same from all sides, so
its *direction* is spread evenly over the full turn: $2\pi u_2$, with a fraction
$u_2$. Its *distance* from the middle is not even, but it can be made from
another fraction $u_1$ by a formula. Then the two coordinates of the point are
two normal numbers:

$$r = \sqrt{-2 \ln u_1}, \qquad z = r \cos(2\pi u_2), \qquad z' = r \sin(2\pi u_2)$$

Take $u_1 = 0.5$ and $u_2 = 0.25$. The distance is
$\sqrt{-2 \cdot (-0.6931)} = 1.1774$, the direction a quarter turn, and the two
numbers are 0 and 1.1774. Two fractions go in, two normal numbers come out.

There is one trap. Our fractions may be 0, and $\ln 0$ is minus infinity. They
are never 1. So PyTorch uses $1 - u$ where the formula says $u_1$: from
$0 \le u < 1$ follows $0 < 1-u \le 1$, and the logarithm is safe. The spread is
as even as before, but the numbers are other numbers: who wants the same table
has to make the same choice.

To get any other normal distribution, stretch and shift: `z * std + mean` has
standard deviation `std` and mean `mean`.

## Sixteen at a time {#sixteen}

The formula leaves a good deal open. Which two fractions make a pair? Where do
the two results go? What if the number of values is odd? Every answer gives a
fine normal distribution, and every answer gives another table. Since we want
*that* table, we need PyTorch's answers [@pytorchnormal]. There are three.

**Blocks of sixteen.** Values are made in blocks of 16 out of 16 words. Within a
block, $j$ and $j+8$ form the pair: word $j$ gives the distance, word $j+8$ the
direction; the cosine goes to place $j$, the sine to place $j+8$. That
arrangement suits a processor that handles eight floats at once.

**A tail drawn anew.** If the length $n$ is no multiple of 16, some values are
left over at the end, fewer than sixteen. The $n \bmod 16$ words that would have
been theirs are drawn and thrown away. Then 16 new words make a block for the
*last sixteen places*, $n-16$ to $n-1$, over the top of whatever a full block
had put there before.

**A different road for the small.** Fewer than 16 values are made pair by pair,
in `double`, four words a pair, and with the parts exchanged: the first fraction
gives the direction, the second the distance.

Let us count for the table of the beginning, $6 \times 3 = 18$ values.

| words drawn | what for |
|---|---|
| 0 to 15 | a block, for places 0 to 15 |
| 16 and 17 | nothing: thrown away |
| 18 to 33 | the tail's block, for places 2 to 17 |

Thirty-four words for eighteen values; and of the first block only places 0 and
1 survive.

::: aside
PyTorch draws all $n$ fractions first and bends them afterwards. Block after
block is the same thing: the words of block $b$ are numbers $16b$ to $16b+15$
either way. But then you need no room for the fractions.
:::
*/

/*
## Exercise 2.3: fill with normal numbers {#normal-fill .exercise}

Now the table itself. This is the longest function of the chapter; the three
cases above are its three parts, and you may well want a helper or two.

`normal_fill` writes `n` values to `out`. Words come from
`draw(words, rng, how_many)` and from nowhere else, in the order and number that
the rules say. What `rng` points to, if anything, is `draw`'s business alone. It
returns true when `out` is full.

- $n \ge 16$: for each full block, from 16 words $w_0 \dots w_{15}$ and with $u$
  for `uniform_float`, for $j = 0 \dots 7$:
  $$r = \sqrt{-2 \ln(1 - u(w_j))}$$
  $$\theta = 2\pi\, u(w_{j+8})$$
  $$\mathrm{out}_j = \mathrm{std} \cdot r\cos\theta + \mathrm{mean}$$
  $$\mathrm{out}_{j+8} = \mathrm{std} \cdot r\sin\theta + \mathrm{mean}$$
  If $n \bmod 16 \ne 0$: draw $n \bmod 16$ words and forget them, draw 16 more, and
  make the block at places $n-16$ to $n-1$ from those.
- $n < 16$: for places 0 and 1, then 2 and 3, and so on, draw four words
  $w_0 \dots w_3$. Join the first two, $m = 2^{32} w_0 + w_1$, and keep 53 bits:
  $$u_1 = (m \bmod 2^{53}) / 2^{53}$$
  Make $u_2$ of $w_2$ and $w_3$ in the same way. Then, all in `double`,
  $$r = \sqrt{-2 \ln(1 - u_2)}$$
  $$\theta = 2\pi u_1$$
  the value with the cosine is first, that with the sine second. If $n$ is odd
  the last sine is dropped. Round to `float` at the very end.
- `n` of 0: true, and not a word is drawn.
- `std` negative or NaN: false, `out` untouched, not a word drawn. (If `n` is 0
  as well, either answer is right.) Nothing else is refused: a `std` of 0, $-0$
  or infinity and a `mean` of any kind go into the formulas as they are.
- If `draw` returns false: return false at once; `out` is worth nothing then.

Standard C has no name for $\pi$ (`M_PI` is an extra that many libraries have):
`acos(-1.0)` is $\pi$ in `double`.

Values must agree with PyTorch's to $2 \cdot 10^{-6}$ at `std` 1. Not to the
last bit: the C library's cosine and PyTorch's own differ in the seventh digit.

Try it by hand. A toy generator hands out zeros, except that word 0 is `800000`
and word 8 is `400000` (hexadecimal). Call it with $n = 16$, mean 1, std 3. The
pair $j = 0$ has $u = 0.5$, so $1 - u = 0.5$ and $r = 1.1774$; its direction is
0.25, a quarter turn. So $\mathrm{out}_0 = 3 \cdot 0 + 1 = 1$ and
$\mathrm{out}_8 = 3 \cdot 1.1774 + 1 = 4.5322$. For all others $u = 0$,
$1 - u = 1$, $\ln 1 = 0$ and $r = 0$: they are 1, the mean.
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
Now the two side by side: the eighteen numbers as PyTorch gives them, and what
your three functions make.
*/

// torch.manual_seed(123); torch.nn.Embedding(6, 3).weight, from PyTorch 1.13 on a CPU
static const float torch_table[6 * 3] = {
    0.337370187f,  -0.177777216f, -0.168956280f, // row 0
    0.917764604f,  1.580969570f,  1.301039930f,  // row 1
    1.275301220f,  -0.200953096f, -0.160563782f, // row 2
    -0.401488006f, 0.966571569f,  -1.148144010f, // row 3
    -1.158867840f, 0.325471014f,  -0.631505370f, // row 4
    -2.839993950f, -0.784853339f, -1.409572480f, // row 5
};

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

static void table_waits(int lacks)
{
    static const char *const number[] = {"", "2.1", "2.2", "2.3"};
    static const char *const name[] = {"", "mt19937_next", "uniform_float",
                                       "normal_fill"};
    waits_for(number[lacks], name[lacks]);
}

// The values that PyTorch's generator gives after manual_seed(seed), if lacks is 0
static bool torch_fill(float *out, uint32_t seed, float std, size_t n)
{
    struct mt19937 rng;
    mt19937_seed(&rng, seed);
    return table_lacks() == 0 && normal_fill(out, mt19937_words, &rng, 0.0f, std, n);
}

static void print_row(const float *row, size_t n, int digits)
{
    for (size_t i = 0; i < n; i++)
        printf("%*.*f", digits + 5, digits, (double)row[i]);
}

// One row of a table: as PyTorch prints it, and as we made it (NULL: not yet)
static void print_both(size_t v, const float *torch, const float *made)
{
    printf("%3zu   ", v);
    print_row(torch + 3 * v, 3, 4);
    if (made != NULL) {
        printf("    ");
        print_row(made + 3 * v, 3, 7);
    }
    printf("\n");
}

static void show_table(void)
{
    static const size_t ids[4] = {2, 3, 5, 1};
    float table[18];
    double largest = 0.0;
    const bool made = torch_fill(table, 123, 1.0f, 18);

    heading("The table of seed 123");
    printf("row      PyTorch prints                     made here\n");
    for (size_t v = 0; v < 6; v++)
        print_both(v, torch_table, made ? table : NULL);
    if (!made) {
        table_waits(table_lacks());
        return;
    }
    printf("lookup of 2, 3, 5, 1\n");
    for (size_t t = 0; t < 4; t++)
        print_both(ids[t], torch_table, table);
    for (size_t i = 0; i < 18; i++)
        largest = fmax(largest, fabs((double)table[i] - (double)torch_table[i]));
    printf("largest difference %s 2e-6\n", largest <= 2e-6 ? "below" : "ABOVE");
}

static void show_stream(void)
{
    struct mt19937 rng;
    float table[18];
    uint32_t word;

    mt19937_seed(&rng, 123);
    if (table_lacks() != 0 || !normal_fill(table, mt19937_words, &rng, 0.0f, 1.0f, 18))
        return;
    printf("%zu words drawn for 18 values", rng.drawn);
    if (mt19937_words(&word, &rng, 1))
        printf("; the next word is %" PRIu32 "\n", word);
}

/*
::: {.output section="The table of seed 123"}
:::

There it is. The four rows below the table are its lookup of the ids 2, 3, 5 and
1: row copies, as in chapter 1. And the last line is the sharper test. It asks
the generator for one more word, as `torch.randint` would. It can only be
[753559554]{.n section="The table of seed 123"} if exactly
[34]{.n section="The table of seed 123"} words have been drawn, the two wasted
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
:::
*/

static void print_places(const float *a, const float *b, size_t from, size_t to)
{
    printf("place     ");
    for (size_t p = from; p < to; p++)
        printf("%8zu", p);
    printf("\n(6, 3)    ");
    for (size_t p = from; p < to; p++)
        printf("%8.4f", (double)a[p]);
    printf("\n(4, 5)    ");
    for (size_t p = from; p < to; p++)
        printf("%8.4f", (double)b[p]);
    printf("\n");
}

static void show_shapes(void)
{
    float a[18], b[20], small[15], block[16];

    heading("One seed, two shapes");
    if (!torch_fill(a, 123, 1.0f, 18) || !torch_fill(b, 123, 1.0f, 20) ||
        !torch_fill(small, 123, 1.0f, 15) || !torch_fill(block, 123, 1.0f, 16)) {
        table_waits(table_lacks());
        return;
    }
    print_places(a, b, 0, 9);
    print_places(a, b, 9, 18);
    printf("places that differ:");
    for (size_t p = 0; p < 18; p++)
        if (a[p] != b[p])
            printf(" %zu", p);
    printf("\n15 values begin");
    print_row(small, 5, 4);
    printf("\n16 values begin");
    print_row(block, 5, 4);
    printf("\n");
}

/*
::: {.output section="One seed, two shapes"}
:::

Fourteen of the eighteen are the same to the last bit, and the four that are not
lie at places 2, 3, 10 and 11, in the middle. It looks like a fault. It is
bookkeeping.

With 18 values the tail's block covers places 2 to 17 and is made of words 18 to
33. With 20 it covers places 4 to 19 and is made of words 20 to 35. In both
cases the tail begins at word $n$ and at place $n-16$, so in both cases place
$p$ of the tail belongs to word $p + 16$. *The same words reach the same
places*, whatever $n$ is. What can differ is whether a place is in the tail at
all, and in which half of the tail:

- places 2 and 3 are in the tail of 18; in the array of 20 they still hold what
  the first block gave them;
- places 10 and 11 are the second half of 18's tail, the sines; for 20 they are
  in the first half, the cosines;
- places 0 and 1 are the first block's in both, and all others are cosine in
  both or sine in both, of the same pair of words.

The last two lines of the output go further. Ask for 15 values and for 16:
nothing is the same, because 15 go down the small road.

So what does a seed promise? It fixes the *words*. What is made of them hangs on
the shape, on the order in which tables are filled, on the device, and on the
version of the library. PyTorch says so itself: results are not promised to be
the same across releases or platforms, nor between CPU and GPU, even with the
same seed [@pytorchrandomness]. If your experiment must be repeated next year,
keep the table, not the seed.

::: aside
Small tables hold one more surprise. When PyTorch makes an odd number of values
down the small road, it keeps the unused sine inside the generator, and the next
small fill begins with it. So two fills of 5 are not one fill of 10. Our
contract drops the sine.
:::
*/

/*
## A generator of our own {#ziggurat}

For the rest of the chapter we want many normal numbers, fast, and for once
nobody else's. Two well-known pieces do it.

The words come from xoshiro256++ [@blackman2021]: a state of four 64-bit words
where MT19937 has 624 of 32, and a rule of a few shifts, rotations and
additions. The seed is stretched over the state with another small generator, as
the authors advise.
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

/*
The bell comes from the *ziggurat* of Marsaglia and Tsang [@marsaglia2000].
Cover the right half of the bell curve with 256 flat layers of equal area, wide
at the bottom, narrow at the top, like a stepped tower. To draw a number, choose
a layer, then a place in it, evenly: that is one table look-up and one
multiplication. If the place lies inside the layer above as well, it surely lies
under the curve, and you are done; that happens about 99 times in 100. Only at
the layer's edge does it take an `exp` to decide whether to keep the number or
draw another, and the bottom layer has a tail that needs logarithms.

One 32-bit word is enough for a float: 8 bits choose the layer, the other 24,
which the choice did not use, give the place and the sign. So one 64-bit word of
xoshiro makes two normal numbers.
*/

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
    if (abs(steps) >= z->inside[layer])
        return ziggurat_edge(z, rng, bits);
    return (float)steps * z->step[layer];
}

// out [n] = N(0, std^2)
static void ziggurat_fill(float *out, const struct ziggurat *z, struct xoshiro *rng,
                          float std, size_t n)
{
    struct xoshiro local = *rng; // a copy that may live in registers
    for (size_t i = 0; i + 1 < n; i += 2) {
        const uint64_t word = xoshiro_next(&local);
        out[i] = std * ziggurat_value(z, &local, (uint32_t)word);
        out[i + 1] = std * ziggurat_value(z, &local, (uint32_t)(word >> 32));
    }
    if (n % 2 == 1)
        out[n - 1] = std * ziggurat_value(z, &local, (uint32_t)xoshiro_next(&local));
    *rng = local;
}

/*
## Forty million values {#histogram}

Is it a bell? Let us fill a table of GPT-2's size,
$50{,}257 \times 768 = 38{,}597{,}376$ values, once with your `normal_fill` and
once with the ziggurat, and count how many fall where. We draw from
$N(0, 0.02^2)$, a standard deviation of 0.02, for that is what GPT-2's own code
draws its token table from [@gpt2code, `src/model.py`]; the next section asks why.
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
        const double bin = fmin(fmax(2.0 * x + 13.0, 0.0), 25.0);
        counts[(size_t)bin]++;
        sum += x;
        squares += x * x;
        c.largest = fmax(c.largest, fabs(x));
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

// One line: the share of the curve, of your values (NULL: not yet), of the ziggurat's
static void print_share(const char *range, int first, int last,
                        const struct census *perfect, const struct census *yours,
                        const struct census *ziggurat)
{
    const double share = percent(ziggurat, first, last);
    printf("%-16s %10.3f%%", range, percent(perfect, first, last));
    if (yours != NULL)
        printf(" %12.3f%%", percent(yours, first, last));
    else
        printf(" %13s", "-");
    printf(" %10.3f%%%s", share, share >= 0.75 ? "  " : "");
    for (double drawn = 0.75; drawn < share; drawn += 1.5)
        printf("#");
    printf("\n");
}

static void draw_histogram(const struct census *perfect, const struct census *yours,
                           const struct census *ziggurat)
{
    FILE *file = open_figure("init-histogram");
    if (file == NULL)
        return;
    fprintf(file,
            "# kind: lines\n# title: 38.6 million values of N(0, 0.02²)\n"
            "# x: value\n# y: share of all values (%%)\n"
            "# zero: yes\n"
            "x\tthe curve\tziggurat%s\n",
            yours != NULL ? "\tnormal_fill" : "");
    for (int b = 3; b <= 22; b++) {
        fprintf(file, "%.3f\t%.4f\t%.4f", 0.02 * (0.5 * b - 6.25), percent(perfect, b, b),
                percent(ziggurat, b, b));
        if (yours != NULL)
            fprintf(file, "\t%.4f", percent(yours, b, b));
        fprintf(file, "\n");
    }
    fclose(file);
}

static void print_census(const char *who, const struct census *c)
{
    printf("%-12s mean %.4f, standard deviation %.4f, largest %.2f (units of 0.02)\n",
           who, c->mean, c->std, c->largest);
}

static void show_histogram(float *table, const struct ziggurat *z, struct xoshiro *own)
{
    static const char *const ranges[] = {
        "below -0.06",    "-0.06 to -0.04", "-0.04 to -0.02", "-0.02 to  0.00",
        " 0.00 to  0.02", " 0.02 to  0.04", " 0.04 to  0.06", "above  0.06"};
    static const int first[] = {0, 7, 9, 11, 13, 15, 17, 19, 26};
    const size_t n = (size_t)GPT2_VOCAB * GPT2_D_MODEL;
    const struct census perfect = perfect_census();
    const bool made = torch_fill(table, 123, 0.02f, n);
    const struct census yours = made ? take_census(table, 0.02f, n) : perfect;

    ziggurat_fill(table, z, own, 0.02f, n);
    const struct census ziggurat = take_census(table, 0.02f, n);
    heading("Forty million values");
    printf("%zu values    the curve   normal_fill    ziggurat\n", n);
    for (int k = 0; k < 8; k++)
        print_share(ranges[k], first[k], first[k + 1] - 1, &perfect, made ? &yours : NULL,
                    &ziggurat);
    print_census("ziggurat", &ziggurat);
    if (made)
        print_census("normal_fill", &yours);
    else
        table_waits(table_lacks());
    printf("24-bit fractions cannot give more than %.2f\n", sqrt(2.0 * 24.0 * log(2.0)));
    draw_histogram(&perfect, made ? &yours : NULL, &ziggurat);
}

/*
::: {.output section="Forty million values"}
:::

![How often values occur, counted in steps of half a standard deviation. There
are three lines: the bell as computed, and the two generators. Look for the
other two.](figure:init-histogram){#fig-init-histogram}

The two generators share no line of code, and every share is within a hundredth
of a percent of the curve's, which is as near as chance allows for so many
values. The bottom line holds a small oddity. Look at the largest value of
`normal_fill` in standard deviations. A true normal distribution has no largest
value; Box and Muller's trick with 24-bit fractions has. The smallest $1-u$ is
$2^{-24}$, so the distance cannot exceed $\sqrt{2 \cdot 24 \ln 2}$, which is
[5.77]{.n section="Forty million values"}. Beyond that the bell is cut off,
clean.
*/

/*
## How large should the first numbers be? {#how-large}

Not everybody starts alike.

| who | the table of tokens starts as |
|---|---|
| PyTorch's `nn.Embedding`, unless told otherwise [@pytorchembedding] | $N(0, 1)$ |
| GPT-2 [@gpt2code] | $N(0, 0.02^2)$; its table of positions $N(0, 0.01^2)$ |
| word2vec [@word2veccode] | evenly between $\pm 0.5/d$, with $d$ the row's length |

Fifty times smaller than PyTorch's default: what is gained by that? GPT-2 uses
its table twice (chapter 5 is about that). At the end of the model there is a
vector $h$ of [768]{.n section="The first loss"} numbers, brought to a standard
deviation of about 1 by the last layer; the score of each token, its *logit*, is
the product of $h$ with that token's row. So the logit is a sum of 768 products,
each of a number near 1 and a number of the size of `std`. Such a sum has a
standard deviation of $\mathrm{std} \cdot \sqrt{768}$.

Scores become probabilities by the softmax, $p_v = e^{l_v} / \sum_w e^{l_w}$,
and the loss is $-\ln p$ of the token that really came. A model that knows
nothing should say so: give each of the 50,257 tokens the same probability, and
pay $\ln 50257 =$ [10.82]{.n section="The first loss"} for whatever comes. That
is the best that an untrained model can do.

::: predict
A random table, random vectors for $h$, and the token that comes is any of the
50,257, all equally likely. With `std` 0.02 the loss will be a little above
10.82. How large will it be with `std` 1: 11? 20? 100?
:::
*/

enum { N_HIDDEN = 4 };

// logits[k][v] = hidden[k] . table[v]
//   logits [4][vocab]   hidden [4][d]   table [vocab][d]
static void all_logits(double *logits, const float *hidden, const float *table,
                       size_t vocab, size_t d)
{
    for (size_t v = 0; v < vocab; v++) {
        const float *row = table + v * d;
        double sums[N_HIDDEN] = {0};
        for (size_t i = 0; i < d; i++)
            for (size_t k = 0; k < N_HIDDEN; k++)
                sums[k] += (double)row[i] * (double)hidden[k * d + i];
        for (size_t k = 0; k < N_HIDDEN; k++)
            logits[k * vocab + v] = sums[k];
    }
}

// Loss of `scale` times these logits, the mean over all targets: ln sum exp(l) - mean(l)
static double mean_loss(const double *logits, double scale, size_t vocab)
{
    double largest = -INFINITY, sum = 0.0, exps = 0.0;
    for (size_t v = 0; v < vocab; v++) {
        largest = fmax(largest, scale * logits[v]);
        sum += scale * logits[v];
    }
    for (size_t v = 0; v < vocab; v++)
        exps += exp(scale * logits[v] - largest);
    return largest + log(exps) - sum / (double)vocab;
}

static void print_first_loss(const char *who, double scale, const double *logits)
{
    double squares = 0.0, loss = 0.0;
    for (size_t i = 0; i < N_HIDDEN * (size_t)GPT2_VOCAB; i++)
        squares += logits[i] * logits[i];
    for (size_t k = 0; k < N_HIDDEN; k++)
        loss += mean_loss(logits + k * GPT2_VOCAB, scale, GPT2_VOCAB) / N_HIDDEN;
    printf("%-22s %8.2f %18.2f %13.2f\n", who, 0.02 * scale,
           scale * sqrt(squares / (N_HIDDEN * (double)GPT2_VOCAB)), loss);
}

// The table as show_histogram leaves it: 50257 rows of 768 values of N(0, 0.02^2)
static void show_first_loss(const float *table, const struct ziggurat *z,
                            struct xoshiro *own)
{
    float hidden[N_HIDDEN * GPT2_D_MODEL];
    double *logits = malloc(N_HIDDEN * (size_t)GPT2_VOCAB * sizeof *logits);

    heading("The first loss");
    if (logits == NULL) {
        printf("left out: there is not enough memory\n");
        return;
    }
    ziggurat_fill(hidden, z, own, 1.0f, N_HIDDEN * (size_t)GPT2_D_MODEL);
    all_logits(logits, hidden, table, GPT2_VOCAB, GPT2_D_MODEL);
    printf("rows of %d numbers          std     std of a logit   loss (nats)\n",
           GPT2_D_MODEL);
    print_first_loss("PyTorch's default", 50.0, logits);
    print_first_loss("GPT-2's", 1.0, logits);
    print_first_loss("all rows zero", 0.0, logits);
    printf("ln %d = %.2f\n", GPT2_VOCAB, log((double)GPT2_VOCAB));
    free(logits);
}

/*
::: {.output section="The first loss"}
:::

With `std` 1 the logits spread over dozens of units either way. The softmax
takes the largest of 50,257 such scores and gives it nearly all of the
probability. The model is not ignorant; it is *certain, and wrong*. All that the
first steps of training can do is to undo that. With 0.02 the logits have a
standard deviation of about half, the probabilities are nearly equal, and the
loss starts where it should.

PyTorch's $N(0,1)$ is no mistake for all that. A table that is only looked up
gives no scores, and nothing of this happens. It is the second use, as the list
of scores, that wants small numbers.
*/

/*
## Unrelated at birth {#unrelated}

::: belief
**"At first the vectors are jumbled together at random. Training then pulls
related words together and pushes unrelated ones apart."** You will find this in
many introductions, and it makes a good picture.
:::

The picture can be tested before any training. How alike are two words whose
rows nobody has touched? The usual measure is the cosine of the angle between
the rows:

$$\cos(a, b) = \frac{a \cdot b}{|a|\,|b|} = \frac{\sum_i a_i b_i}
  {\sqrt{\sum_i a_i^2} \sqrt{\sum_i b_i^2}}$$

It is 1 for rows that point the same way, 0 for rows at a right angle, $-1$ for
opposite ones. Whether it is above or below 0 is a coin toss for random rows, so
we take it without its sign and ask for the mean of $|\cos|$ over all pairs.
*/

/*
## Exercise 2.4: how alike, on average {#mean-abs-cosine .exercise}

We need one number for a whole table, so that tables of different widths can be
compared.

`rows` holds `n_rows` rows of `d_model` floats. Return the mean of
$|\cos(\mathrm{row}_a, \mathrm{row}_b)|$ over all pairs $a < b$, each pair once:
there are $n(n-1)/2$ of them for $n$ rows. Multiply and sum in `double`. If a
row is all zeros it has no direction, and its cosine with any other is 0; so it
is for rows of no numbers at all, `d_model` 0. Fewer than two rows make no pair:
return 0.

Three rows of two numbers: $(1, 0)$, $(0, 2)$, $(-1, -1)$. The first two are at
a right angle: 0. First and third: $-1 / (1 \cdot \sqrt 2) = -0.7071$. Second
and third: $-2 / (2 \cdot \sqrt 2) = -0.7071$. Without signs: 0, 0.7071 and
0.7071; their mean is 0.4714.
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
::: predict
In the plane, $d = 2$, the mean is $2/\pi = 0.64$: two random arrows are quite
alike. In space, $d = 3$, it is exactly 0.5. What is it for GPT-2's 768: about
the same, 0.3, 0.1, less?
:::

The program draws 128 random rows of each width and takes all
[8128]{.n section="Random rows"} pairs.
*/

// Mean of |cos| of independent normal rows
static double exact_mean(double d)
{
    return exp(lgamma(d / 2.0) - lgamma((d + 1.0) / 2.0)) / sqrt(acos(-1.0));
}

// cells [4 widths][20 steps of 0.05]: percent of 4000 pairs
static void draw_spread(float *rows, const struct ziggurat *z, struct xoshiro *own)
{
    static const size_t widths[4] = {2, 3, 64, 768};
    enum { PAIRS = 4000, STEPS = 20 };
    double cells[4][STEPS] = {{0}};
    FILE *file = open_figure("init-spread");
    if (file == NULL)
        return;
    for (size_t w = 0; w < 4; w++)
        for (int k = 0; k < PAIRS; k++) {
            ziggurat_fill(rows, z, own, 1.0f, 2 * widths[w]);
            const double cosine = (double)mean_abs_cosine(rows, 2, widths[w]);
            cells[w][(size_t)fmin(cosine * STEPS, STEPS - 1)] += 100.0 / PAIRS;
        }
    fprintf(file, "# kind: lines\n# title: |cos| of two random rows\n# x: |cos|\n"
                  "# y: share of the pairs (%%)\n# zero: yes\n"
                  "cos\t2 wide\t3 wide\t64 wide\t768 wide\n");
    for (int s = 0; s < STEPS; s++)
        fprintf(file, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", (s + 0.5) / STEPS, cells[0][s],
                cells[1][s], cells[2][s], cells[3][s]);
    fclose(file);
}

enum { N_ROWS = 128, N_PAIRS = N_ROWS * (N_ROWS - 1) / 2 };

// One line for rows of width d, and a point of the picture; false if 2.4 is not written
static bool show_width(size_t d, const float *rows, FILE *figure)
{
    const double exact = exact_mean((double)d);
    const double sigma = sqrt((1.0 / (double)d - exact * exact) / N_PAIRS);
    const double mean = (double)mean_abs_cosine(rows, N_ROWS, d);
    const bool written = !isnan(mean);
    if (written)
        printf("%5zu %18.4f %12.4f %12.1f %18.1f\n", d, mean, exact,
               (mean - exact) / sigma, 90.0 - acos(mean) * 180.0 / acos(-1.0));
    else
        printf("%5zu %18s %12.4f\n", d, "-", exact);
    if (figure != NULL && written)
        fprintf(figure, "%zu\t%.6f\t%.6f\n", d, exact, mean);
    else if (figure != NULL)
        fprintf(figure, "%zu\t%.6f\t\n", d, exact);
    return written;
}

static void show_rows(float *rows, const struct ziggurat *z, struct xoshiro *own)
{
    static const size_t widths[] = {2, 3, 5, 64, 768, 12288};
    bool written = true;
    FILE *figure = open_figure("init-cosines");

    heading("Random rows");
    printf("width   mean |cos| of %d pairs   exact       sigmas    degrees from 90\n",
           N_PAIRS);
    if (figure != NULL)
        fprintf(figure, "# kind: lines\n# title: Random rows are nearly at right angles\n"
                        "# x: numbers in a row\n# y: mean |cos|\n# xscale: log\n"
                        "# yscale: log\nx\texact\tmeasured\n");
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        ziggurat_fill(rows, z, own, 1.0f, N_ROWS * widths[w]);
        written = show_width(widths[w], rows, figure);
    }
    if (figure != NULL)
        fclose(figure);
    if (written)
        draw_spread(rows, z, own);
    else
        waits_for("2.4", "mean_abs_cosine");
}

/*
::: {.output section="Random rows"}
:::

In [768]{.n section="Random rows"} dimensions the mean is
[0.0288]{.n section="Random rows"}: less than two degrees from a right angle. So
the belief has its picture upside down. Nothing is jumbled together at the
start. *Every word is unrelated to every other word from birth*, and no training
is needed to push them apart. What training has to do is the opposite: to turn
rows towards each other where the text gives a reason to. And when it is over,
the words of real models are, on the whole, closer together than chance. Vectors
inside BERT and GPT-2 lie in a narrow cone [@ethayarajh2019], and word2vec's and
GloVe's share a common direction, large enough that removing it makes them
better [@mu2018].

![The mean of |cos| of random rows against their width, both axes in powers of
ten. Look at the slope: a hundred times the width, a tenth of the
cosine.](figure:init-cosines){#fig-init-cosines}

Where does the column "exact" come from? It takes two short steps, and the first
already gives the size.

Fix one row and turn the room until it points along the first axis. Then the
cosine is the first coordinate of the other row, after that row has been scaled
to length 1. The squares of its $d$ coordinates add up to 1, and no axis is
special, so each square is $1/d$ on average. Hence the cosine has mean 0 and a
standard deviation of exactly $1/\sqrt d$. For 768 that is 0.036.

For the mean of the absolute value, take a row $x$ of independent normal
numbers. Its direction and its length are independent of each other, so
$E|x_1| = E|\cos| \cdot E|x|$, where $E$ is the mean. The left side is
$\sqrt{2/\pi}$; the mean length is known too. Divide:

$$E|\cos| = \frac{1}{\sqrt\pi} \cdot \frac{\Gamma(d/2)}{\Gamma((d+1)/2)}
  \approx \sqrt{\frac{2}{\pi d}}$$

The column "sigmas" says how far the measured mean is from the exact one, in
units of the deviation that chance explains. Anything between $-3$ and 3 is as
it should be.

![How |cos| is spread for four widths, 4,000 pairs each. Look at width 3, where
all values are equally common, and at what happens to that flat line as the rows
grow longer.](figure:init-spread){#fig-init-spread}
*/

/*
## What a value costs {#speed}

Forty million values are soon made, but models have grown, and a table is drawn
anew for every experiment. How long does one value take? As a yardstick, here is
the plain way: one word after another, and the library's `logf`, `sqrtf`, `cosf`
and `sinf` for each pair. (Two fractions in a row make a pair here; the table is
another one, the work is the same.)
*/

static bool plain_loop(float *out, struct mt19937 *rng, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t first, second;
        if (!mt19937_next(&first, rng->state, &rng->next) ||
            !mt19937_next(&second, rng->state, &rng->next))
            return false;
        const float u1 = 1.0f - (float)(first & 0xffffff) * 0x1p-24f;
        const float u2 = (float)(second & 0xffffff) * 0x1p-24f;
        const float radius = sqrtf(-2.0f * logf(u1)), angle = 6.2831853f * u2;
        out[i] = radius * cosf(angle);
        out[i + 1] = radius * sinf(angle);
    }
    return true;
}

// Nanoseconds a value, the best of some runs; infinite where an exercise is missing
struct speeds {
    double plain, yours, ziggurat, memset;
};

// One round of all contenders; what is faster than before is kept in `best`
static void run_once(struct speeds *best, float *table, size_t n,
                     const struct ziggurat *z)
{
    const double scale = 1e9 / (double)n;
    struct xoshiro own;
    struct mt19937 rng;

    xoshiro_seed(&own, 1);
    mt19937_seed(&rng, 123);
    double start = seconds();
    if (plain_loop(table, &rng, n))
        best->plain = fmin(best->plain, (seconds() - start) * scale);
    start = seconds();
    if (torch_fill(table, 123, 1.0f, n))
        best->yours = fmin(best->yours, (seconds() - start) * scale);
    start = seconds();
    ziggurat_fill(table, z, &own, 1.0f, n);
    best->ziggurat = fmin(best->ziggurat, (seconds() - start) * scale);
    start = seconds();
    memset(table, 0, n * sizeof *table);
    best->memset = fmin(best->memset, (seconds() - start) * scale);
}

static struct speeds measure(float *table, int runs)
{
    struct speeds best = {INFINITY, INFINITY, INFINITY, INFINITY};
    struct ziggurat z;

    ziggurat_build(&z);
    for (int k = 0; k < runs; k++)
        run_once(&best, table, (size_t)GPT2_VOCAB * GPT2_D_MODEL, &z);
    return best;
}

// "what  ~12.34  ~1.0x"; a dash where an exercise is missing
static void print_speed(const char *what, double nanoseconds, double plain)
{
    char time[32] = "-", ratio[32] = "-";
    if (isfinite(nanoseconds))
        snprintf(time, sizeof time, "~%.2f", nanoseconds);
    if (isfinite(nanoseconds) && isfinite(plain))
        snprintf(ratio, sizeof ratio, "~%.1fx", plain / nanoseconds);
    printf("%-40s %12s %14s\n", what, time, ratio);
}

// Nanoseconds for the cosine and the sine of one angle, of n: random ones or rising ones
static double time_angles(float *out, float *angles, size_t n, bool rising)
{
    struct xoshiro own;
    double best = INFINITY;
    xoshiro_seed(&own, 1);
    for (size_t k = 0; k < n; k++)
        angles[k] = (float)(6.283185 * (rising ? (double)k / (double)n : fraction(&own)));
    for (int run = 0; run < 3; run++) {
        const double start = seconds();
        for (size_t k = 0; k < n; k++)
            out[k] = cosf(angles[k]) + sinf(angles[k]);
        best = fmin(best, (seconds() - start) * 1e9 / (double)n);
    }
    return best;
}

static void show_speed(float *table)
{
    const struct speeds s = measure(table, 1);
    const size_t n = 1000000;

    heading("Speed");
    printf("%d values %37s %14s\n", GPT2_VOCAB * GPT2_D_MODEL, "ns a value", "speed");
    print_speed("plain loop: logf, sqrtf, cosf, sinf", s.plain, s.plain);
    print_speed("normal_fill, the same words", s.yours, s.plain);
    print_speed("ziggurat, other words", s.ziggurat, s.plain);
    print_speed("memset, no numbers at all", s.memset, s.plain);
    print_speed("cosf and sinf, a million random angles",
                time_angles(table, table + n, n, false), INFINITY);
    print_speed("cosf and sinf, a million rising angles",
                time_angles(table, table + n, n, true), INFINITY);
    if (isinf(s.yours))
        table_waits(table_lacks());
}

/*
::: {.output section="Speed"}
:::

What stops the plain loop? Not the arithmetic. A processor of today multiplies
eight or sixteen floats in one instruction, but a call to `cosf` is a call: the
compiler cannot look inside, so it cannot make one loop of eight calls. And a
library's cosine must be ready for any angle, a million turns or a billionth of
one. It finds out which quarter of the circle the angle is in, and may branch
there. A processor guesses which way a branch will go, and our angles are
random. The last two lines of the output show what wrong guesses cost on the
machine that built this page: the same calls for as many angles in rising order,
where each guess but a few is right.

The worked `normal_fill` (folded in the box of exercise 2.3) keeps the words,
the pairs and the places, and does without the library in two lines of thought.
First, the angle is never given in radians: it is $u$ of a turn, and $4u$
rounded to a whole number *is* the quarter, with no error at all. Second, within
an eighth of a turn either way, sine and cosine are short polynomials, and so is
the logarithm between 2/3 and 4/3. What is left has no call and no branch. The
compiler turns the eight pairs of a block into one pass over eight lanes.
Arranging the block as $j$ and $j+8$ is what makes that possible; PyTorch's own
file has a second version of the block for just such processors
[@pytorchnormal].

Write the straightforward version first: it passes all the tests. The
polynomials are for afterwards.

The ziggurat is in another class: no logarithm, no cosine, and almost no branch
that is guessed wrong, because the same side is taken 99 times in 100. It pays
with a table of a few kilobytes and with numbers that only our own program
makes. `./build/02_init 42` prints a table made of any seed you like, both ways;
`make bench` compares the times against what this chapter promises.
*/

static void bench(float *table)
{
    const struct speeds s = measure(table, 7);

    heading("Benchmark, a table of 50,257 x 768");
    if (isfinite(s.yours)) {
        report("speed of normal_fill / plain loop", s.plain / s.yours, true, 1.0);
        report("speed of xoshiro256++ and ziggurat / plain loop", s.plain / s.ziggurat,
               true, 4.0);
    } else {
        table_waits(table_lacks());
    }
    print_speed("ns a value: plain loop", s.plain, INFINITY);
    print_speed("ns a value: normal_fill", s.yours, INFINITY);
    print_speed("ns a value: xoshiro256++ and ziggurat", s.ziggurat, INFINITY);
    print_speed("ns a value: memset", s.memset, INFINITY);
}

// A table of the reader's own seed, made both ways
static void show_seed(uint32_t seed)
{
    struct ziggurat z;
    struct xoshiro own;
    float ours[18], torch[18];
    const bool made = torch_fill(torch, seed, 1.0f, 18);

    ziggurat_build(&z);
    xoshiro_seed(&own, seed);
    ziggurat_fill(ours, &z, &own, 1.0f, 18);
    printf("seed %-11" PRIu32 "%-29s%s\n", seed, "the ziggurat's",
           made ? "torch.nn.Embedding(6, 3)" : "");
    for (size_t v = 0; v < 6; v++) {
        printf("row %zu       ", v);
        print_row(ours + 3 * v, 3, 4);
        if (made)
            print_row(torch + 3 * v, 3, 4);
        printf("\n");
    }
    if (!made)
        table_waits(table_lacks());
}

static void show_all(float *table)
{
    struct ziggurat z;
    struct xoshiro own;

    ziggurat_build(&z);
    xoshiro_seed(&own, 1);
    show_words();
    show_table();
    show_stream();
    show_shapes();
    show_histogram(table, &z, &own);
    show_first_loss(table, &z, &own);
    show_rows(table, &z, &own);
    show_speed(table);
}

// True if the text is a whole number below 2^32, which goes to *seed
static bool read_seed(uint32_t *seed, const char *text)
{
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    const bool is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0';
    if (!is_number || errno != 0 || number > UINT32_MAX)
        return false;
    *seed = (uint32_t)number;
    return true;
}

int main(int argc, char *argv[])
{
    uint32_t seed;
    const bool wants_bench = argc == 2 && strcmp(argv[1], "bench") == 0;

    if (argc == 2 && read_seed(&seed, argv[1])) {
        show_seed(seed);
        return 0;
    }
    if (argc > 1 && !wants_bench) {
        fprintf(stderr, "02_init: the only arguments that I know are \"bench\" and a "
                        "seed, a whole number below 4294967296\n");
        return 2;
    }
    float *table = calloc((size_t)GPT2_VOCAB * GPT2_D_MODEL, sizeof *table);
    if (table == NULL) {
        fprintf(stderr, "02_init: there is no memory for a table of 154 MB\n");
        return 1;
    }
    if (wants_bench)
        bench(table);
    else
        show_all(table);
    free(table);
    return 0;
}

/*
## What you can now explain

- What a seed fixes, and what it leaves open.
- How a generator gets from 32 bits to a stream of words, and from a word to a
  fraction that is exact and never 1.
- How Box and Muller make two normal numbers out of two even ones, and why the
  logarithm is given $1 - u$.
- Why the same seed gives eighteen values and twenty values that differ in the
  middle.
- Why GPT-2 begins with numbers fifty times smaller than PyTorch's default, and
  what the loss of an untrained model ought to be.
- Why two random rows of 768 numbers are nearly at a right angle, with the
  reason for $1/\sqrt d$.
- What stops a loop that calls the C library for each value, and two ways around
  it.

## Three questions to think about

::: think
A table filled with zeros would be cheaper still, and its first loss is exactly
$\ln 50257$, the best there is. Why does nobody start an embedding table with
zeros? And word2vec has two tables: why may *one* of them start with zeros, as
it does [@word2veccode]?

:::: answer
A model's logit is a product of an input row and an output row. How it changes
when you move the one is proportional to the other. If both are zero, moving
either changes nothing: no direction is better than another, and training never
leaves the spot. If only the output table is zero, it can move at the first
step, because the input rows are not; from then on both move. Rows that are
equal but not zero are not much better: all words then get the same output, and
the rows part only as their words turn up in different company. Random numbers
make each row a different place to start from.
::::
:::

::: think
GPT-2's table has 50,257 rows, so it has about 1.26 billion pairs of rows. At
birth a cosine of 768 numbers has the standard deviation 0.036. How large,
roughly, is the largest cosine among all the pairs?

:::: answer
A normal number exceeds 6 standard deviations to one given side about once in a
billion draws, and there are a little more than a billion pairs. So the largest
cosine is about $6 \cdot 0.036 = 0.22$. Even the most alike of all pairs, out of
more than a billion, is some 77 degrees apart. There is plenty of room for words
in 768 dimensions: far more than 768 of them are nearly at right angles to each
other.
::::
:::

::: think
You have trained a model from seed 123 and it is good. A colleague trains the
same model on her machine, from seed 123, with the vocabulary made one word
larger. Does she start from your table with one row added?

:::: answer
Nearly, if the table is the first thing drawn, and by luck of bookkeeping. Both
tables are one long array of $V d$ values. If $d$ is a multiple of 16, as 768
is, there is no tail: her array is yours and one more row. If it is not, the
last sixteen of your values lie in a tail, and some of the places there are
filled otherwise in her array. But everything that is drawn *after* the table,
all the other weights of the model, begins a row's worth of words later in the
stream, and so is different altogether. A seed is no substitute for a saved
file.
::::
:::

## What to read next

- The file that this chapter follows [@pytorchnormal] is short. Look for
  `normal_fill_16`, and for its twin with `AVX2` in the name, which does eight
  pairs at once.
- Matsumoto and Nishimura [-@matsumoto1998] explain where 624, 397 and the odd
  constants come from. Vigna [-@vigna2019] collects what has been found wrong
  with their generator since; none of it is visible in a table of embeddings.
- Marsaglia and Tsang [-@marsaglia2000] give the ziggurat in seven pages, with
  the C code.
- Chapter 3 takes a random table and lets text move it.
*/

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
