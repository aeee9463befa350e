/*
# What does the real table look like? {#gpt2}

These are the first sixteen bytes of a model, and beside them the letters that some of them
are:

::: {.output section="The first bytes of the file"}
:::

The model is a small one, and you have it: it came with the course. Look for yourself. Among
what this prints you will read *Jane Austen, the six novels*:

    head -c 99 \
      chapters/data/six_novels.safetensors

The first eight bytes are a number, in hexadecimal and the smallest part first: `68` is 104,
`3c` is 60, and $104 + 60 \cdot 256$ is [15,464]{.n section="What is in the file"}. So many
bytes of text come next, a list of contents. Behind the text stand the numbers of the model,
and nothing else is in the file.

GPT-2's file is half a gigabyte, and it begins with the bytes

    cb 37 00 00 00 00 00 00   7b

We can say so without having it. It is 548,105,171 bytes long [@gpt2pointer], and it holds
137,022,720 numbers of four bytes [@safetensorsparsing]. Take the one from the other: 14,291
bytes are no numbers. Eight of these are the length, so the list has 14,283 bytes, and that
is `37cb`. The `7b` is the `{` that opens every list. Of the list itself one line has been
printed where everybody can read it [@safetensorsparsing]:

    "h.10.ln_1.weight": {
      "dtype": "F32", "shape": [768],
      "data_offsets": [223154176, 223157248]}

There are 768 numbers, a vector of the eleventh block, and they lie in the bytes from
223,154,176 to 223,157,248: that is 3,072 bytes, four for each. In the same list, under the
name `wte.weight`, are the 38,597,376 numbers that this course keeps talking about.

::: aside
With a connection you need not believe us. `curl -sLr 0-8 URL | od -An -tx1`, with
[the address of GPT-2's file](https://huggingface.co/openai-community/gpt2/resolve/main/model.safetensors)
in the place of `URL`, fetches nine bytes of the half gigabyte.
:::

All tables of this course so far were made by ourselves, except GloVe's, and that one is a
table and no model. In this chapter you open models in the form in which others publish
theirs, and it takes no library. [In GPT-2's file one table is missing that many
explanations draw: which one?]{.teaser} The file of the chapter is `chapters/12_gpt2.c`;
`make chapter12` builds it, runs it, in about a second, and says what to do next.
*/

#include <inttypes.h>
#include <limits.h>
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
## A small model and a large one

![The whole format. Look for the two lengths that must agree with each other: what the
list says, and what is really there.](drawing:safetensors-file){alt="A file as a strip of bytes. First 8 bytes that hold the length of the header. Then the header, a text that says for each tensor its type, its shape, and where its bytes begin and end. Then the data: wte.weight, wpe.weight and m.weight lie side by side, without a gap, to the end of the file. Arrows lead from the offsets in the header to the places in the data."}

To read such a file takes five functions: one that finds where the list of contents ends, one
that checks where a tensor lies, one that turns bytes into numbers, and then two old
acquaintances, the lengths of rows and the nearest rows. The first two are short, and they are
the ones that people get wrong, because a file is not a friend. It was made by somebody, it came
through a network, and every number in it may be a lie.

Everything is shown on the small file first: the 2,000 most frequent words of Jane Austen's
six novels, with a row of 32 numbers each, trained as chapter 5's third model was (one table,
used twice, and a small matrix between the two uses), and with a table of positions as in
chapter 4. If you have the large one ([published
here](https://huggingface.co/openai-community/gpt2), as `model.safetensors`), put its path
into `GPT2`, as in `GPT2=model.safetensors make chapter12`, and the same program shows the
same things about it, and holds its numbers against those that have been printed in public.

## The first bytes

Whatever a file claims to be, look at its first bytes before you believe it. Eight bytes are
one whole number, the length of the **header**: that is the list of contents, and it comes
next. They stand with the smallest part first (*little-endian*): byte $k$ counts $256^k$. Do
not read them by pointing a `uint64_t *` at them. That works on most machines and not on
all: some keep their bytes the other way round, and some refuse an address that is not a
multiple of 8.

::: aside
*Little-endian*: the people of Lilliput, in Swift's novel, went to war over the end at which one
opens an egg. Danny Cohen [-@cohen1980] gave the words to those who argued over the order of
bytes, and asked them for peace.
:::

After the eight bytes stand so many bytes of text, and behind the text come the numbers. So
the length decides what is text and what is data, and it is the first thing in the file that
may be false. A reader that believes it and asks for so much memory can be brought down with
eight bytes: this is why the format sets a limit of 100 MB for the header [@safetensors,
"Format" and "Benefits"].
*/

/*
## Exercise 12.1: where the header ends {#safetensors-header .exercise}

You get the first bytes of a file, and how long the file is. Say how long the header is,
or that this cannot be such a file. The shortest header is `{}`, and a header always
begins with `{`.

By hand: a file of 20 bytes begins with

    0a 00 00 00 00 00 00 00 7b

The first eight bytes are the number 10, and `7b` is `{`. Eight bytes for the length and
ten for the header make 18, which is not more than 20. So the length is 10, and the last
two bytes of the file are data. With a file of 17 bytes the same start would be a lie.

A sum can lie too: `8 + length` is small again if `length` is near $2^{64}$. Compare with what
is *left* of the file after its first 8 bytes, and there is nothing to overflow.
*/

// *length = sum over k < 8 of start[k] 256^k
//   start [the smaller one of 9 and file_size]: the file's first bytes; no more may be read
// false, and *length untouched, if the file has fewer than 8 bytes; if the length is less
// than 2, more than 100,000,000 or more than the file has left after 8 bytes; or if the
// header does not begin with {
EXERCISE bool safetensors_header(uint64_t *length, const uint8_t *start,
                                 uint64_t file_size)
{
    // your code here
    (void)length, (void)start, (void)file_size;
    return false;
}

/*
## The list of contents

The header is written in JSON, the notation for data that comes from JavaScript. Ours,
with the long list of words left out and with line breaks that are not there:

    {"__metadata__": {
       "text": "Jane Austen, the six novels",
       "words": "<unk> , . the ..."},
     "wte.weight": {
       "dtype": "F32", "shape": [2000, 32],
       "data_offsets": [0, 256000]},
     "wpe.weight": {
       "dtype": "F32", "shape": [64, 32],
       "data_offsets": [256000, 264192]},
     ...}

For each tensor three things are said: of what type its numbers are, what its shape is,
and where its bytes begin and end, counted from the end of the header. In GPT-2's list the entry
of `wte.weight` has the shape [50257, 768], and its two offsets are 154,389,504 apart, which
is $50{,}257 \cdot 768 \cdot 4$. `__metadata__` is the only other thing that may stand in a
list. It holds pairs of texts; we keep our words in it.

You do not have to write the reader of this notation: it stands [behind the scenes](#gpt2-behind),
some 400 lines long, and it is strict. It refuses whatever is not JSON, a name that
stands there twice, a key that the format does not know, a number with a sign or a
fraction or 21 digits, text that is not UTF-8, and more than eight dimensions. And it
knows that a name can be spelt in two ways: `"\u0077te.weight"` *is* `"wte.weight"`, so
names are compared after their escapes are resolved. (Two of these are stricter than the
format's own reader, which passes over keys that it does not know, and takes any number
of dimensions.)

::: aside
Why is the reader not recursive, as a textbook's reader of JSON is? Because then a file of
`[[[[[[...` decides how deep our stack becomes. A header is at most three levels deep, so
three functions do.
:::

## Where does a tensor lie?

Now we have for each tensor a shape and two offsets, and whoever wrote the file may have
written anything. We want to be sure of four things before we touch the data:

- the bytes lie inside the file;
- there are exactly as many as the shape says;
- no two tensors share a byte (else a small file could hold a thousand large tensors, and
  whoever loads it pays for all of them);
- no byte is left over, where something could hide.

The last two look as if every tensor had to be compared with every other one. They need not:
sort the tensors by where they begin. Then each one must begin *exactly* where the one
before it ended, the first at 0, and the last must end with the file. A begin that is too
small is an overlap, one that is too large is a hole.
*/

/*
## Exercise 12.2: one tensor {#safetensors-tensor .exercise}

The program sorts the tensors and calls this function for each, in that order. `taken` is
where the tensor before ended. If the tensor is good, move `taken` on to its end.

By hand: the data has 100 bytes, and `*taken` is 40. A tensor of the shape 3 × 5, of 4
bytes each, claims the bytes 40 to 100. It begins where the last one ended; $3 \cdot 5
\cdot 4 = 60$ bytes, as claimed; 100 is not beyond the end. It is good, and `*taken`
becomes 100. With `*taken` = 36 the same tensor would leave a hole of four bytes.

A shape can lie with large numbers. $2^{32} \cdot 2^{32}$ is 0 in a `uint64_t`, so a tensor of
that shape would seem to need no bytes at all. Multiply from the first dimension to the last,
the size of a number at the end, and refuse as soon as a product does not fit into 64 bits.
(There is a way to know *before* multiplying.) A dimension may be 0, then the tensor is empty;
a shape without dimensions is a single number.
*/

// good: begin == *taken, begin <= end <= data_size, and
//   shape[0] shape[1] ... shape[n_dims - 1] item_size == end - begin
// then *taken = end and true; else false, and *taken untouched
//   shape [n_dims], multiplied from the first to the last: a product of 2^64 or more on
//   the way makes the tensor bad, also if a 0 comes later
//   item_size: the bytes of a number, 1 to 8
EXERCISE bool safetensors_tensor(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                                 uint64_t end, size_t n_dims, uint64_t item_size,
                                 uint64_t data_size)
{
    // your code here
    (void)taken, (void)shape, (void)begin, (void)end, (void)n_dims, (void)item_size,
        (void)data_size;
    return false;
}

/*
With both functions the file can be opened:

::: {.output section="What is in the file"}
:::

Five tensors. `wte.weight` and `wpe.weight` have the names that they have in GPT-2's file.
`m.weight` is the matrix of chapter 5 that stands between the two uses of the table. The
last two are the table once more, in 16 bits a number instead of 32; we come to them.

Look at what was read: the header, [15,464]{.n section="What is in the file"} bytes, and
nothing else. A tensor is fetched when somebody asks for it: one `fseek` to the place,
one `fread` of the bytes. GPT-2's file of half a gigabyte therefore opens as fast as
ours (`build/12_gpt2 bench` measures it on a file of that size).

::: belief
**"To look at one row of a model you must load the model."** With a format that hides the
tensors behind a program (the older PyTorch files are *pickles*, which have to be executed)
that is so, and executing a stranger's file is a risk that no check of ours could remove. Here
row 3,797 of a table is 3,072 bytes at a place that can be computed: begin of the tensor, plus
3,797 times 3,072.
:::

## Files that lie

What becomes of files that are not what they claim? Here are nine, each made from a good one
by a single lie. (The first line is the good one.) Read the left column and say where it
would hurt a reader that believes it.

::: {.output section="Files that lie"}
:::

These nine are the lies that we thought of. `build/12_gpt2 hostile=100000` makes a hundred
thousand that nobody thought of, as chapter 7 did with tables: it takes a small good file, turns, drops, doubles or
replaces some of its bytes, writes large numbers over small ones, and opens what has become
of it. What opens must hold to the four promises above, which are then counted byte by
byte in another way. The course's own tests run this with a compiler that watches every
access to memory.

## Sixteen bits

A tensor that lies where it should is still bytes and no numbers. Three of ours are `float`s,
which C knows; two are written in 16 bits a number, and C11 has no type for them. A `float` has
32 bits: one for the sign, 8 for the exponent, 23 for the fraction. For a table that is more than
one needs (chapter 10 got along with 8, whole numbers with a scale). Two formats with 16 bits are
common (the last line says how far the number after 1 is from 1):

| | F32, `float` | F16, *half* | BF16, *brain float* |
|:--|--:|--:|--:|
| sign | 1 | 1 | 1 |
| exponent | 8 | 5 | 8 |
| fraction | 23 | 10 | 7 |
| largest | $3.4 \cdot 10^{38}$ | 65,504 | $3.4 \cdot 10^{38}$ |
| step at 1 | $2^{-23}$ | $2^{-10}$ | $2^{-7}$ |

F16 is a standard format [@ieee754, sec. 3.6]; BF16 is the upper half of a
`float`, and keeps its range at the price of digits [@kalamkar2019]. All three are
read by the same rule. Take the bits of the exponent and those of the fraction as whole
numbers, $\mathrm{exp}$ and $\mathrm{frac}$, and let $n_{\mathrm{exp}}$ and
$n_{\mathrm{frac}}$ be how many bits they have. The exponent is stored with an offset,
$\mathrm{bias} = 2^{n_{\mathrm{exp}} - 1} - 1$, and in front of the fraction stands a 1 that
is not stored. So the number is

$$\pm \, 2^{\mathrm{exp} - \mathrm{bias}} \cdot \Big(1 + \frac{\mathrm{frac}}{2^{n_{\mathrm{frac}}}}\Big),$$

and for $\mathrm{exp} = 0$

$$\pm \, 2^{1 - \mathrm{bias}} \cdot \frac{\mathrm{frac}}{2^{n_{\mathrm{frac}}}}.$$

![The number 1.3 in all three formats. Compare the upper two: BF16 is F32, cut off and
rounded.](drawing:three-formats){alt="Three strips of bits, each for the number 1.3. F32 has one bit for the sign, eight for the exponent and 23 for the fraction. BF16 below it has the same first nine bits and only seven of the fraction. F16 has one bit for the sign, five for the exponent and ten for the fraction. Below stand the values: 1.2999999523 in F32, 1.296875 in BF16 and 1.2998 in F16."}

The second case holds 0 and the **subnormal** numbers, which fill the gap around it. The
largest exponent, $2^{n_{\mathrm{exp}}} - 1$, is kept for what is no number: infinity if the
fraction is 0, else NaN.
*/

/*
## Exercise 12.3: bytes to numbers {#to-float .exercise}

The bytes of each number stand with the smallest part first, as in the header, on any
machine. A number has `1 + n_exponent + n_fraction` bits, which is two bytes or four.

By hand, in F16, with 5 and 10 bits and the bias 15:

| bytes | sign | exp | frac | value |
|:--|--:|--:|--:|:--|
| `00 3e` | 0 | 15 | 512 | $2^0 (1 + \frac{512}{1024})$ $= 1.5$ |
| `00 c4` | 1 | 17 | 0 | $-2^2 = -4$ |
| `01 00` | 0 | 0 | 1 | $2^{-14} / 1024$ $= 2^{-24}$ |
| `00 7c` | 0 | 31 | 0 | infinity |

(With the smallest part first, `00 3e` is the number 0x3e00.)

Every number of the three formats is also a `float`, so nothing is rounded. The sign of a 0
stays. A NaN becomes any NaN.
*/

// out[k] = the number in bytes k w to k w + w - 1, w = (1 + n_exponent + n_fraction) / 8
//   out [n]   bytes [n][w], each number little-endian
// false, and out untouched, if (n_exponent, n_fraction) is none of (8, 23), (5, 10), (8, 7)
EXERCISE bool to_float(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                       size_t n_fraction)
{
    // your code here
    (void)out, (void)bytes, (void)n, (void)n_exponent, (void)n_fraction;
    return false;
}

/*
Our file holds the table in all three formats, each rounded from the first. Here is the
beginning of one row, and beside it the largest error of the whole table.

::: predict
BF16 has three bits fewer than F16 for the fraction. By how much will its largest error be larger?

:::: answer
About 8 times as large: a factor of 2 for each bit.
::::
:::

::: {.output section="One row in three formats"}
:::

The ratio is not far from $2^3$: with numbers of the size of ours, between a thousandth
and a few units, it is the fraction that counts, and the range that BF16 pays for goes
unused. So why has it become so common? Because a *gradient* or a score can be 100,000,
where F16 has long been infinite [compare @kalamkar2019].

## How long is a row?

Now every table in such a file can be read. What does one ask of a table that one has never
seen? Not yet what a row means. First how long the rows are: a table that was never trained, or
that was read with the wrong format, gives itself away here.
*/

/*
## Exercise 12.4: the lengths {#row-norms .exercise}

Say for each row how long it is. Square and add up in `double`, since the square of `1e30f` is
no `float`, and hand out `double` too.

By hand: the rows (3, 4) and (0, −2) have the lengths $\sqrt{9 + 16} = 5$ and 2.

No rows are no error; rows of no numbers have the length 0.
*/

// norms[v] = sqrt(sum over i of table[v][i]^2)
//   norms [vocab_size]   table [vocab_size][d_model]
// there is no bad input: always true
EXERCISE bool row_norms(double *norms, const float *table, size_t vocab_size,
                        size_t d_model)
{
    // your code here
    (void)norms, (void)table, (void)vocab_size, (void)d_model;
    return false;
}

/*
::: {.output section="How long are the rows?"}
:::

The ids of our words are in the order of frequency, so the bands go from the commonest
words to the rarest. The common ones have the longer rows on the whole, [2.76]{.n
section="How long are the rows?"} against [1.74]{.n section="How long are the rows?"}.
But look at the two lists of five. *mr* is common and long; *dare*, *depend*, *maple*
and *spite* are not common at all, and stand beside it. What they share is that one
knows what comes next, or what came before: *depend upon*, *in spite of*, *Maple Grove*.
A long row makes large scores, and with them a definite opinion. The short rows belong
to words whose neighbours are many: *suffering*, *united*, *wit*.

That reading is a guess from ten words, and of the kind that this course has learned to
distrust. Here is its control. For each word the small model is asked what it expects next,
and how definite that is: the entropy of its probabilities, low for a definite opinion
(chapter 5 has the formula). It is half true. The hundred longest rows have a mean entropy
of [3.50]{.n section="How long are the rows?"} nats, and all rows one of [3.99]{.n
section="How long are the rows?"}; but the hundred shortest, with [4.03]{.n section="How
long are the rows?"}, are like any others. And the correlation of length and entropy (−1: the
longer the row, the surer its word, without exception; 0: the one says nothing about the other),
[-0.56]{.n section="How long are the rows?"} among the common words, has shrunk to
[-0.11]{.n section="How long are the rows?"} among the rare ones. So a definite opinion
lengthens a row where there is much text to learn it from; five extreme words at each end
said more than that, and it was too much. (In a tied table a row has two jobs. Its length
may serve the other one: to be *said* with certainty.)

![Length of the row against the place of the word in the order of frequency. Look how the cloud
sinks, and how wide it stays.](figure:gpt2-norms){#fig-gpt2-norms}

## GPT-2, as far as it was printed

That was the small model. How long are the rows of the real one? When this was written we
did not have the file, and perhaps you do not either. Something about its table is known all
the same: people who opened it have printed corners of it, in notebooks and in the notes of
their programs [@raschka2024, chapter 5]. We have collected
[57]{.n section="GPT-2's table, as far as it was printed in public"} such numbers, from the
rows of `!`, `"`, `#`, `$` and `%` (ids 0 to 4) and of the last three tokens. Where two
people printed the same number, they agree to all digits.

::: {.output section="GPT-2's table, as far as it was printed in public"}
:::

It is a small sample, and not a random one. But it is enough for one thing. GPT-2's
tables began as random numbers with a standard deviation of 0.02 [@gpt2code,
`src/model.py`]. Among 57 of those one would expect none above 0.08; here the root of
the mean square is [0.103]{.n section="GPT-2's table, as far as it was printed in
public"}, five times as much. If the other numbers of the table are like these, a row is
about $0.103 \cdot \sqrt{768} \approx 2.9$ long (ours, of 32 numbers, are not much shorter),
and it was 0.55 long at birth. Whatever the rows mean, they have come a long way, and even the rows of the last three tokens
have, one of which is the mark for the end of a text.

::: aside
Mind what you take for a view of the table. A well-known page runs GPT-2 in the browser and shows
each token with its id and a bar of many shades for its row [@cho2024]. The id is GPT-2's. The
shades are random numbers: `VectorCanvas.svelte` fills what it is not given with `Math.random()`,
and the rows it is not given [@transformerexplainer]. To show *that* there is a row, that will do.
:::

With `GPT2=path` all 57 are looked up in the file that you give (of a copy in 16 bits, as
many digits as it has), and the line that is then printed should say 57 of 57. If it does
not, you have another model, or your `to_float` is wrong, or ours is a misprint; please tell
us which.

## Who lives next door?

A length says how loud a row is, and nothing of what it is about. That is told by its neighbours.
*/

/*
## Exercise 12.5: the nearest tokens {#nearest-tokens .exercise}

Which rows point the same way as the row of a token? The measure is the cosine of chapter 1,
$e_v \cdot e_w / (|e_v| |e_w|)$, with $w$ for the token, and the lengths you have already:
they come in as `norms`, so that a row costs one dot product. With 50,257 rows and a handful
of neighbours wanted, do not sort all of them: keep a short list of the best so far, as in
exercise 7.1.

By hand, with the rows (1, 0), (0, 1), (2, 2), (3, 0) and token 0: its cosine with row 1
is 0, with row 2 it is $2 / (1 \cdot \sqrt 8) = 0.71$, with row 3 it is $3 / (1 \cdot 3)
= 1$. The two nearest are 3, then 2.

The token itself is not among its neighbours. Of equal cosines the smaller id comes first. A
row of length 0 points nowhere: its cosine with any row is 0. Compute in `double`. All numbers are
finite.
*/

// top[0], top[1] ...: the n_top ids v != token with the greatest cosine
//   (sum over i of table[v][i] table[token][i]) / (norms[v] norms[token]),
//   0 where one of the two norms is 0; the greatest first, of equal ones the smaller id
//   top [n_top]   table [vocab_size][d_model]   norms [vocab_size]: the rows' lengths
// false, and top untouched, if token is not below vocab_size, or if n_top is more than
// vocab_size - 1; n_top 0: nothing to do, true
EXERCISE bool nearest_tokens(uint32_t *top, const float *table, const double *norms,
                             uint32_t token, size_t n_top, size_t vocab_size,
                             size_t d_model)
{
    // your code here
    (void)top, (void)table, (void)norms, (void)token, (void)n_top, (void)vocab_size,
        (void)d_model;
    return false;
}

/*
::: {.output section="Who lives next door?" set="word neighbours"}
:::

*sister* has the neighbours that one would wish for: [0.90]{.n section="Who lives next
door?"} to *brother*, and then the rest of the family. *walk* stands with *visit*,
*drive* and *dance*: not words of the same meaning, but words that one takes, or goes
for. *london* is near to Bath, which
exists, and to Highbury, which does not. These are neighbours in
use, as in chapter 3, and a tied table has them too.

::: predict
Now the same question to the two 16-bit copies. Of 500 words, how many get another nearest
neighbour in F16, and how many in BF16?

:::: answer
None in F16, two in BF16.
::::
:::

With F16 [0]{.n section="Who lives next door?"}, with BF16 [2]{.n section="Who lives
next door?"}. Half of the bytes were not needed for this. (That says nothing about
training in 16 bits, where small steps are added to large numbers and get lost.)

::: aside
Why do the lists of published models hold so much BF16, if F16 is more exact? A model is
mostly published in what it was trained in.
:::
*/

/*
## A row for a place

The other table of GPT-2 is `wpe`: 1,024 rows, one for each position that a token can
have. Ours has 64, and a position is the number of words since the sentence began. (What
such a table is for, chapter 4 tells. In our model it could only matter if the words at
the beginning of a sentence were followed by other words than the same words later.)

One expects that the row of position 20 is like that of 21, a little less like that of
24, and not at all like that of 0.

::: predict
What is the mean cosine of two positions that are one apart? And of two that are 16 apart?

:::: answer
0.98 for both. That says less than it seems to.
::::
:::

::: {.output section="A row for a place" set="position"}
:::

[0.98]{.n section="A row for a place"}, and [0.98]{.n section="A row for a place"}.
Every position is like every other one, so one could believe that the table has learned
nothing, or else that it is wonderfully smooth. It is neither. Take the mean of all 64
rows: its length is [2.01]{.n section="A row for a place"}, and the rows themselves are
hardly longer. So nearly everything in this table is *one* row, said 64 times: a row
that is added to every word whatever its place. That is no position, it is a bias.

Take it away, and what is left is what differs from place to place: neighbours have a mean
cosine of [0.30]{.n section="A row for a place"}, positions 16 apart [0.05]{.n section="A
row for a place"}. (Two independent random rows of 32 numbers have 0, give or take
$1/\sqrt{32}$; some sixty such pairs have 0 on average, give or take 0.02.) There is some
order of places after all, but a faint one: look at the last line, where position 20 is like
21 and not like 19. A control says how much it is worth: the same training without the table
of positions ends at a held-out loss of 4.418 instead of 4.413 (one seed;
`chapters/data/six_novels.c` makes the file, and the control is that program with the line
that moves `wpe` taken out).

![The cosine of each of the first 48 positions with each other one, without the mean row.
Look along the diagonal.](figure:gpt2-positions){#fig-gpt2-positions}

So subtract the mean before you speak of likeness, as chapter 7 did with words. For GPT-2's
table the program prints the same lines, and its real positions do much more work: a
GPT without them has nothing but the mask to tell order from. Wang and Chen [-@wang2020]
have drawn the likeness of all pairs of positions, for GPT-2 and other models. How much of
*that* likeness is a mean row, the line *without mean* will tell you.

## Where is the head?

Now look for the other end of the model. Chapter 5 asked whether a model needs one table
or two; in a file that question has a plain form: is there a `lm_head.weight`?

::: {.output section="Where is the head?"}
:::

**There is none.** GPT-2's list has [160]{.n section="Where is the head?"} tensors, and
the output head is not among them. A program that reads the file by its list of
contents, and looks for the weights of each layer, finds everything but the last one.
The scores are made with `wte.weight`, a second time, as the published code does in a
single line (`tf.matmul(h_flat, wte, transpose_b=True)`). The file saves [38,597,376]{.n
section="Where is the head?"} numbers by this, 154 MB; a program that insists on a head
of its own cannot load it.

What is in it instead is almost funny. Of the [137,022,720]{.n section="Where is the
head?"} numbers of the list, [12,582,912]{.n section="Where is the head?"} are the
causal mask of chapter 4, ones and zeros, 1,024 × 1,024 of them, stored once for each of
the twelve blocks under the name `attn.bias`, which is no bias [@mlxexamples798]. The
list of contents that is counted here is written by our program, from the model's sizes
and the names that are in use. In the real file the makers of the format count as many
numbers [@safetensorsparsing]; if you have it, the section "What is in the file" counts
them again. What was learned comes to [124,439,808]{.n section="Where is the head?"}, the
number of chapter 5.

Our own file has no head either, and it speaks. Read the two lines of *after*. With
the matrix between the two uses, *my* is followed by *dear* and *own*, and *to* by *be*.
Without it the same rows answer *my* with *my*, then *your*, *his*: the words that stand
*in the place of* "my". Chapter 5 proved why on four words; here it is on two thousand.
The table knows both, what is like a word and what comes after it, and which of the two
you hear depends on what stands between. In our model that is a matrix of 32 × 32
numbers. In GPT-2's it is all the rest of the file.

## What you can now explain {#explain}

- What a `.safetensors` file consists of, and how one row of half a gigabyte is read
  without the rest.
- Which four promises a reader must check before it touches the data, and why sorting
  makes two of them cheap.
- How the same rule reads float32, float16 and bfloat16, and what each gives away.
- Why the cosine of two rows says little as long as they share a mean.
- Where GPT-2's output head is.

## Three questions to think about

::: think
Somebody tells you that position rows 500 and 501 of a model have the cosine 0.99. What do
you ask back?

:::: answer
What the cosine of 500 and 20 is. If that is 0.98, the 0.99 is a mean row and no likeness of
neighbours. Ask for the cosines without the mean.
::::
:::

::: think
A program checks the two things that concern one tensor, that its bytes lie in the file and are as
many as the shape says, and not the two that concern several. A file of 1 MB comes. How much memory
can it make the program ask for?

:::: answer
Nearly any amount. Each tensor's entry in the header takes less than a hundred bytes, and all of
them may point to the same half megabyte: 5,000 entries ask for 2.5 GB. The rule that no two
tensors share a byte makes the file's own size the limit.
::::
:::

::: think
Why does the format count offsets from the end of the header, and not from the beginning of
the file?

:::: answer
The offsets stand in the header. Counted from the beginning of the file they would depend on
the header's length, which depends on how many digits the offsets have. Counted from its end,
the data can be laid out before the header is written.
::::
:::

## What to read next

- The description of the format [@safetensors] is a page and a half, and its list of reasons is
  the best part.
- Kalamkar and others [-@kalamkar2019] train in BF16 what others had trained in F32.
- Wang and Chen [-@wang2020] ask of three models' position tables whether they have learned
  what a position is.
- Chapter 13 leaves the tokens, and asks what else is a row.
*/

/*
## Behind the scenes {#gpt2-behind}

What follows makes the numbers that you have read: the small tools, the reader of the
header, and the functions that print and draw. You need none of it for the exercises. Look
in when you want to know how something was done.
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
    fputs("12_gpt2: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(status);
}

// room for n things; what a file asks for may be too much
static void *room_for(uint64_t n, size_t size)
{
    void *room = n < SIZE_MAX / size ? calloc((size_t)n + 1, size) : NULL;
    if (!room)
        give_up(1, "there is no room for %" PRIu64 " things of %zu bytes", n, size);
    return room;
}

// carried over from chapter 5
// a number in [0, 1)
static double next_uniform(uint64_t *rng)
{
    uint64_t z = (*rng += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
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
### A walk through the header

The walk goes through the header once, from its first byte to its last. Strings are decoded
where they stand: what a string means is never longer than how it is written. Whatever is
wrong leaves a sentence in `why`.
*/

struct string {
    char *start;
    size_t length;
};

enum { MAX_DIMS = 8 };

struct type {
    const char *name;
    size_t size, n_exponent, n_fraction; // the last two: what to_float wants; else 0
};

static const struct type types[] = {
    {"F32", 4, 8, 23},    {"F16", 2, 5, 10},    {"BF16", 2, 8, 7}, {"F64", 8, 0, 0},
    {"I64", 8, 0, 0},     {"U64", 8, 0, 0},     {"I32", 4, 0, 0},  {"U32", 4, 0, 0},
    {"I16", 2, 0, 0},     {"U16", 2, 0, 0},     {"I8", 1, 0, 0},   {"U8", 1, 0, 0},
    {"F8_E4M3", 1, 0, 0}, {"F8_E5M2", 1, 0, 0}, {"BOOL", 1, 0, 0}, {NULL, 0, 0, 0},
};

struct tensor {
    struct string name;
    const struct type *type;
    uint64_t shape[MAX_DIMS], begin, end, n_numbers;
    size_t n_dims;
};

// an open file, or one that lies in memory as a whole
struct model {
    const char *why; // what is wrong with it, or NULL
    FILE *stream;
    const uint8_t *memory;
    uint64_t size, header_length;
    char *header;
    struct tensor *tensors;
    struct string *keys; // of the metadata
    size_t n_tensors, n_keys;
    struct string words; // the metadata's text of that name
    struct string *labels;
    size_t n_labels;
};

struct walk {
    char *at, *end;
    const char *why;
};

static bool fail(struct walk *w, const char *why)
{
    if (w->why == NULL)
        w->why = why;
    return false;
}

static void skip_blanks(struct walk *w)
{
    while (w->at < w->end && memchr(" \t\r\n", *w->at, 4))
        w->at++;
}

static bool next_is(struct walk *w, char c)
{
    skip_blanks(w);
    if (w->at == w->end || *w->at != c)
        return false;
    w->at++;
    return true;
}

static bool expect(struct walk *w, char c)
{
    return next_is(w, c) || fail(w, "the header is not JSON");
}

// how many bytes the character at `at` has, 1 to 4; 0 if it is not UTF-8
static size_t utf8_length(const uint8_t *at, size_t left)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t n = *at < 0x80             ? 1
                     : (*at & 0xE0) == 0xC0 ? 2
                     : (*at & 0xF0) == 0xE0 ? 3
                     : (*at & 0xF8) == 0xF0 ? 4
                                            : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t code = n == 1 ? *at : *at & (0xFFu >> (n + 1));
    for (size_t k = 1; k < n; k++) {
        if ((at[k] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[k] & 0x3Fu);
    }
    return code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? 0
                                                                                   : n;
}

static bool is_utf8(const char *bytes, size_t n)
{
    for (size_t at = 0, length; at < n; at += length) {
        length = utf8_length((const uint8_t *)bytes + at, n - at);
        if (length == 0)
            return false;
    }
    return true;
}

static bool read_hex(struct walk *w, uint32_t *code)
{
    static const char digits[] = "0123456789abcdef";
    *code = 0;
    if (w->end - w->at < 4)
        return fail(w, "the header is not JSON");
    for (int k = 0; k < 4; k++, w->at++) {
        const char c = *w->at >= 'A' && *w->at <= 'F' ? (char)(*w->at + 32) : *w->at;
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit)
            return fail(w, "the header is not JSON");
        *code = *code << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    const int n = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3; // bytes after the first
    *out++ = (char)((0xF00u >> n & 0xFF) | code >> 6 * n);
    for (int k = n - 1; k >= 0; k--)
        *out++ = (char)(0x80 | (code >> 6 * k & 0x3F));
    return out;
}

// \u and four digits; a character beyond 65,535 is two of them, a high half and a low one
static bool read_code(struct walk *w, char **out)
{
    uint32_t code, low = 0;
    if (!read_hex(w, &code))
        return false;
    if (code >= 0xD800 && code < 0xDC00 && w->end - w->at >= 2 && w->at[0] == '\\' &&
        w->at[1] == 'u') {
        w->at += 2;
        if (!read_hex(w, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return fail(w, "a text holds half a character");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code >= 0xD800 && code < 0xE000)
        return fail(w, "a text holds half a character");
    *out = put_utf8(*out, code);
    return true;
}

static bool read_escape(struct walk *w, char **out)
{
    static const char written[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char c = w->at < w->end ? *w->at++ : '\0';
    const char *which = c ? strchr(written, c) : NULL;
    if (c == 'u')
        return read_code(w, out);
    if (!which)
        return fail(w, "the header is not JSON");
    *(*out)++ = meant[which - written];
    return true;
}

static bool read_string(struct walk *w, struct string *string)
{
    if (!expect(w, '"'))
        return false;
    char *out = string->start = w->at;
    while (w->at < w->end && *w->at != '"') {
        const char c = *w->at++;
        if ((uint8_t)c < 32)
            return fail(w, "the header is not JSON");
        if (c != '\\')
            *out++ = c;
        else if (!read_escape(w, &out))
            return false;
    }
    string->length = (size_t)(out - string->start);
    if (w->at == w->end)
        return fail(w, "it ends within a text");
    w->at++;
    return true;
}

static bool says(const struct string *string, const char *text)
{
    return string->length == strlen(text) &&
           memcmp(string->start, text, string->length) == 0;
}

// a whole number without a sign, as JSON writes it, below 2^64
static bool read_whole(struct walk *w, uint64_t *value)
{
    skip_blanks(w);
    const char *start = w->at;
    *value = 0;
    for (; w->at < w->end && *w->at >= '0' && *w->at <= '9'; w->at++) {
        const uint64_t digit = (uint64_t)(*w->at - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return fail(w, "a number is too large");
        *value = 10 * *value + digit;
    }
    if (w->at == start || (*start == '0' && w->at - start > 1))
        return fail(w, "a size or an offset is not a whole number");
    if (w->at < w->end && memchr(".eE+-", *w->at, 5))
        return fail(w, "a size or an offset is not a whole number");
    return true;
}

static bool read_type(struct walk *w, struct tensor *t)
{
    struct string name;
    if (!read_string(w, &name))
        return false;
    for (t->type = types; t->type->name != NULL; t->type++)
        if (says(&name, t->type->name))
            return true;
    return fail(w, "a tensor's numbers are of a type that the format does not know");
}

static bool read_shape(struct walk *w, struct tensor *t)
{
    t->n_dims = 0;
    if (!expect(w, '['))
        return false;
    if (next_is(w, ']'))
        return true;
    do {
        if (t->n_dims == MAX_DIMS)
            return fail(w, "a tensor has more than eight dimensions");
        if (!read_whole(w, &t->shape[t->n_dims++]))
            return false;
    } while (next_is(w, ','));
    return expect(w, ']');
}

static bool read_offsets(struct walk *w, struct tensor *t)
{
    return expect(w, '[') && read_whole(w, &t->begin) && expect(w, ',') &&
           read_whole(w, &t->end) && expect(w, ']');
}

// {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}: each once, in any order
static bool read_tensor(struct walk *w, struct tensor *t)
{
    static const char *const names[3] = {"dtype", "shape", "data_offsets"};
    static bool (*const read[3])(struct walk *, struct tensor *) = {read_type, read_shape,
                                                                    read_offsets};
    bool seen[3] = {false};
    if (!expect(w, '{'))
        return false;
    do {
        struct string key;
        size_t k = 0;
        if (!read_string(w, &key) || !expect(w, ':'))
            return false;
        while (k < 3 && !says(&key, names[k]))
            k++;
        if (k == 3 || seen[k])
            return fail(w, "a tensor is described by other things than its dtype, shape "
                           "and data_offsets");
        seen[k] = true;
        if (!read[k](w, t))
            return false;
    } while (next_is(w, ','));
    if (!seen[0] || !seen[1] || !seen[2])
        return fail(w, "a tensor lacks its dtype, its shape or its data_offsets");
    return expect(w, '}');
}

// room for one more at the end of an array of n, which has room for a power of 2
static void *one_more(void *array, size_t n, size_t size)
{
    if (n != 0 && (n & (n - 1)) != 0)
        return array;
    void *larger = realloc(array, (n ? 2 * n : 1) * size);
    if (!larger)
        give_up(1, "there is no room for a list of %zu tensors", n);
    return larger;
}

static bool read_metadata(struct walk *w, struct model *m)
{
    if (!expect(w, '{'))
        return false;
    if (next_is(w, '}'))
        return true;
    do {
        struct string key, value;
        if (!read_string(w, &key) || !expect(w, ':') || !read_string(w, &value))
            return fail(w, "the metadata holds something else than texts");
        m->keys = one_more(m->keys, m->n_keys, sizeof *m->keys);
        m->keys[m->n_keys++] = key;
        if (says(&key, "words"))
            m->words = value;
    } while (next_is(w, ','));
    return expect(w, '}');
}

static bool read_entries(struct walk *w, struct model *m)
{
    bool has_metadata = false;
    if (!expect(w, '{'))
        return false;
    if (next_is(w, '}'))
        return true;
    do {
        struct tensor t = {0};
        if (!read_string(w, &t.name) || !expect(w, ':'))
            return false;
        if (says(&t.name, "__metadata__")) {
            if (has_metadata)
                return fail(w, "a name stands twice");
            has_metadata = true;
            if (!read_metadata(w, m))
                return false;
            continue;
        }
        if (!read_tensor(w, &t))
            return false;
        m->tensors = one_more(m->tensors, m->n_tensors, sizeof *m->tensors);
        m->tensors[m->n_tensors++] = t;
    } while (next_is(w, ','));
    return expect(w, '}');
}

static int compare_strings(const void *a, const void *b)
{
    const struct string *x = a, *y = b;
    const size_t n = x->length < y->length ? x->length : y->length;
    const int order = memcmp(x->start, y->start, n);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static bool has_twins(struct string *names, size_t n)
{
    if (n > 1)
        qsort(names, n, sizeof *names, compare_strings);
    for (size_t k = 1; k < n; k++)
        if (compare_strings(&names[k - 1], &names[k]) == 0)
            return true;
    return false;
}

static bool has_twin_tensors(const struct model *m)
{
    struct string *names = room_for(m->n_tensors, sizeof *names);
    for (size_t k = 0; k < m->n_tensors; k++)
        names[k] = m->tensors[k].name;
    const bool found = has_twins(names, m->n_tensors);
    free(names);
    return found;
}

// by where they begin; an empty one before the one that begins at the same place
static int compare_places(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

// your function looks at all tensors, in the order of their places
static const char *check_places(struct model *m)
{
    const uint64_t data_size = m->size - 8 - m->header_length;
    uint64_t taken = 0;
    if (m->n_tensors > 1)
        qsort(m->tensors, m->n_tensors, sizeof *m->tensors, compare_places);
    for (size_t k = 0; k < m->n_tensors; k++) {
        struct tensor *t = &m->tensors[k];
        if (!safetensors_tensor(&taken, t->shape, t->begin, t->end, t->n_dims,
                                t->type->size, data_size))
            return "a tensor is misplaced";
        t->n_numbers = (t->end - t->begin) / t->type->size;
    }
    return taken == data_size ? NULL : "bytes of no tensor";
}

/*
### Opening a file

`read_at` is the only function that touches the file. It says no where the file has fewer
bytes than are asked for.
*/

static bool read_at(const struct model *m, void *out, uint64_t at, uint64_t n)
{
    if (at > m->size || n > m->size - at)
        return false;
    if (m->memory) {
        memcpy(out, m->memory + at, (size_t)n);
        return true;
    }
    return at <= LONG_MAX && fseek(m->stream, (long)at, SEEK_SET) == 0 &&
           fread(out, 1, (size_t)n, m->stream) == n;
}

static const char *read_header(struct model *m)
{
    uint8_t start[9] = {0};
    if (!read_at(m, start, 0, m->size < 9 ? m->size : 9))
        return "it cannot be read";
    if (!safetensors_header(&m->header_length, start, m->size))
        return "its first bytes are not those of such a file";
    m->header = room_for(m->header_length, 1);
    if (!read_at(m, m->header, 8, m->header_length))
        return "it cannot be read";
    if (!is_utf8(m->header, (size_t)m->header_length))
        return "the header is not UTF-8";
    struct walk w = {m->header, m->header + m->header_length, NULL};
    if (!read_entries(&w, m))
        return w.why;
    skip_blanks(&w);
    if (w.at != w.end)
        return "something stands behind the header's end";
    if (has_twin_tensors(m) || has_twins(m->keys, m->n_keys))
        return "a name stands twice";
    return check_places(m);
}

static void close_model(struct model *m)
{
    if (m->stream)
        fclose(m->stream);
    free(m->header);
    free(m->tensors);
    free(m->keys);
    free(m->labels);
}

static struct model open_memory(const uint8_t *bytes, size_t n)
{
    struct model m = {.memory = bytes, .size = n};
    m.why = read_header(&m);
    return m;
}

static struct model open_stream(FILE *stream)
{
    struct model m = {.stream = stream};
    const long end = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
    m.size = end < 0 ? 0 : (uint64_t)end;
    m.why = end < 0 ? "it cannot be read" : read_header(&m);
    return m;
}

static struct model open_path(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        give_up(1, "there is no file %s that can be read (GPT2=path names another)",
                path);
    return open_stream(stream);
}

// the tensor of a name, also where a file puts "transformer." before it; or NULL
static const struct tensor *find_tensor(const struct model *m, const char *name)
{
    static const char before[] = "transformer.";
    for (size_t k = 0; k < m->n_tensors; k++) {
        struct string s = m->tensors[k].name;
        if (s.length > 12 && memcmp(s.start, before, 12) == 0)
            s.start += 12, s.length -= 12;
        if (says(&s, name))
            return &m->tensors[k];
    }
    return NULL;
}

// numbers `first` to `first + n - 1` of a tensor, with your function
static bool read_numbers(const struct model *m, float *out, const struct tensor *t,
                         uint64_t first, uint64_t n)
{
    enum { AT_ONCE = 4096 };
    uint8_t bytes[4 * AT_ONCE];
    if (t->type->n_exponent == 0 || first > t->n_numbers || n > t->n_numbers - first)
        return false;
    const uint64_t data = 8 + m->header_length + t->begin, size = t->type->size;
    for (uint64_t k = 0; k < n; k += AT_ONCE) {
        const uint64_t some = n - k < AT_ONCE ? n - k : AT_ONCE;
        if (!read_at(m, bytes, data + (first + k) * size, some * size) ||
            !to_float(out + k, bytes, (size_t)some, t->type->n_exponent,
                      t->type->n_fraction))
            return false;
    }
    return true;
}

// a matrix as a whole; NULL where the file has none of that name, or none of numbers
static float *read_matrix(const struct model *m, const char *name, size_t *rows,
                          size_t *columns)
{
    const struct tensor *t = find_tensor(m, name);
    if (!t || t->n_dims != 2 || t->n_numbers == 0 || t->n_numbers > SIZE_MAX / 8)
        return NULL;
    float *out = room_for(t->n_numbers, sizeof *out);
    *rows = (size_t)t->shape[0], *columns = (size_t)t->shape[1];
    if (read_numbers(m, out, t, 0, t->n_numbers))
        return out;
    free(out);
    return NULL;
}

/*
### What is written

To know whether a function is written, give it the example from its exercise.
*/

static bool header_is_written(void)
{
    const uint8_t start[9] = {10, 0, 0, 0, 0, 0, 0, 0, '{'};
    uint64_t length = 0;
    return safetensors_header(&length, start, 20);
}

static bool tensor_is_written(void)
{
    const uint64_t shape[2] = {3, 5};
    uint64_t taken = 40;
    return safetensors_tensor(&taken, shape, 40, 100, 2, 4, 100);
}

static bool floats_are_written(void)
{
    const uint8_t bytes[2] = {0, 0x3e};
    float out;
    return to_float(&out, bytes, 1, 5, 10);
}

static bool norms_are_written(void)
{
    const float row[2] = {3, 4};
    double norm;
    return row_norms(&norm, row, 1, 2);
}

// true if a part that needs the first n functions has to wait
static bool must_wait(size_t n)
{
    static const char *const exercise[4] = {"12.1", "12.2", "12.3", "12.4"};
    static const char *const name[4] = {"safetensors_header", "safetensors_tensor",
                                        "to_float", "row_norms"};
    bool (*const written[4])(void) = {header_is_written, tensor_is_written,
                                      floats_are_written, norms_are_written};
    for (size_t k = 0; k < n; k++)
        if (!written[k]()) {
            waits_for(exercise[k], name[k]);
            return true;
        }
    return false;
}

/*
### What is shown
*/

struct choice {
    const char *word;
    uint32_t token;
    size_t neighbours, position;
    uint64_t seed, hostile;
};

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

enum { MAX_SHOWN = 40 }; // letters of a name

// names come from the file: what is no plain letter is shown as ?
static const char *shown_name(char out[MAX_SHOWN + 1], const struct string *name)
{
    size_t n = 0;
    for (; n < name->length && n < MAX_SHOWN; n++)
        out[n] = name->start[n] >= 32 && name->start[n] < 127 ? name->start[n] : '?';
    out[n] = '\0';
    return out;
}

static void show_start(FILE *stream)
{
    uint8_t bytes[16] = {0};
    const size_t n = fread(bytes, 1, sizeof bytes, stream);
    heading("The first bytes of the file");
    for (size_t k = 0; k < n; k++) {
        printf("%02x ", bytes[k]);
        if (k % 8 != 7)
            continue;
        printf("  ");
        for (size_t c = k - 7; c <= k; c++)
            printf("%c", bytes[c] >= 32 && bytes[c] < 127 ? bytes[c] : '.');
        printf("\n");
    }
    printf(n % 8 ? "\n" : "");
}

enum { MAX_SHAPE = 8 * 24 };

static const char *shown_shape(char out[MAX_SHAPE], const struct tensor *t)
{
    snprintf(out, MAX_SHAPE, "a number");
    for (size_t k = 0, at = 0; k < t->n_dims; k++)
        at += (size_t)snprintf(out + at, MAX_SHAPE - at, "%s%" PRIu64, k ? " x " : "",
                               t->shape[k]);
    return out;
}

// in a row of the table, or in two lines if it is too long for one
static void print_tensor(const struct tensor *t)
{
    char name[MAX_SHOWN + 1], shape[MAX_SHAPE], place[64];
    shown_name(name, &t->name);
    shown_shape(shape, t);
    if (strlen(name) < 11 && strlen(shape) < 11 && t->end < 10000000) {
        printf("%-10s %-4s %-10s%8" PRIu64 "%8" PRIu64 "\n", name, t->type->name, shape,
               t->begin, t->end);
        return;
    }
    size_t column = 0;
    snprintf(place, sizeof place, "%" PRIu64 " to %" PRIu64, t->begin, t->end);
    put_part(&column, name);
    put_part(&column, t->type->name);
    put_part(&column, shape);
    put_part(&column, place);
    printf("\n");
}

static void show_contents(const struct model *m)
{
    char text[48];
    uint64_t numbers = 0;
    const struct tensor *wte = find_tensor(m, "wte.weight");
    const struct tensor *wpe = find_tensor(m, "wpe.weight");
    heading("What is in the file");
    if (must_wait(2))
        return;
    printf("%s bytes, ", with_commas(text, m->size));
    printf("%s read: the header\n", with_commas(text, m->header_length));
    printf("%-10s %-4s %-10s%8s%8s\n", "tensor", "type", "shape", "begins", "ends");
    for (size_t k = 0; k < m->n_tensors; k++) {
        const struct tensor *t = &m->tensors[k];
        numbers += t->n_numbers;
        if (k > 3 && k + 2 < m->n_tensors && m->n_tensors > 8 && t != wte && t != wpe)
            continue;
        print_tensor(t);
    }
    printf("%zu tensors%s, %s numbers\n", m->n_tensors,
           m->n_tensors > 8 ? " (not all)" : "", with_commas(text, numbers));
}

/*
### Hostile files

A header and a number of data bytes make a file in memory.
*/

static uint8_t *make_file(size_t *size, const char *header, size_t length, size_t data)
{
    uint8_t *bytes = room_for(8 + length + data, 1);
    for (size_t k = 0; k < 8; k++)
        bytes[k] = (uint8_t)((uint64_t)length >> 8 * k);
    memcpy(bytes + 8, header, length);
    for (size_t k = 0; k < data; k++)
        bytes[8 + length + k] = (uint8_t)(7 * k);
    *size = 8 + length + data;
    return bytes;
}

struct lie {
    const char *says, *header;
    size_t data;
};

#define TENSOR(name, shape, offsets)                                                     \
    "\"" name "\":{\"dtype\":\"F16\",\"shape\":[" shape "],\"data_offsets\":[" offsets   \
    "]}"

static const struct lie lies[] = {
    {"two tensors, no lie", "{" TENSOR("a", "2", "0,4") "," TENSOR("b", "2", "4,8") "}",
     8},
    {"the file cut short", "{" TENSOR("a", "2", "0,4") "," TENSOR("b", "2", "4,8") "}",
     6},
    {"both claim 2 bytes", "{" TENSOR("a", "2", "0,4") "," TENSOR("b", "2", "2,6") "}",
     6},
    {"2 bytes between them", "{" TENSOR("a", "2", "0,4") "," TENSOR("b", "2", "6,10") "}",
     10},
    {"2 bytes behind them", "{" TENSOR("a", "2", "0,4") "," TENSOR("b", "2", "4,8") "}",
     10},
    {"5 numbers in 4 bytes", "{" TENSOR("a", "5", "0,4") "}", 4},
    {"2^32 x 2^32 in none", "{" TENSOR("a", "4294967296,4294967296", "0,0") "}", 0},
    {"one name in two ways",
     "{" TENSOR("a", "2", "0,4") "," TENSOR("\\u0061", "2", "4,8") "}", 8},
    {"2^64 numbers", "{" TENSOR("a", "18446744073709551616", "0,4") "}", 4},
    {"header without end", "{" TENSOR("a", "2", "0,4") ",\"b", 4},
};

static void show_lies(void)
{
    heading("Files that lie");
    if (must_wait(2))
        return;
    for (size_t k = 0; k < sizeof lies / sizeof *lies; k++) {
        size_t size;
        uint8_t *bytes =
            make_file(&size, lies[k].header, strlen(lies[k].header), lies[k].data);
        struct model m = open_memory(bytes, size);
        printf("%-21s%s\n", lies[k].says, m.why ? m.why : "opened");
        close_model(&m);
        free(bytes);
    }
}

/*
A hostile file that nobody thought of: a good one, and one to four blows. After a blow the
length at the start is put right more often than not, so that the walk gets to see the
damage.
*/

static const char good_header[] =
    "{\"__metadata__\":{\"of\":\"a\\u00e4\\ud83d\\ude00\",\"words\":\"a b\"},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
    "\"b\":{\"shape\":[4],\"dtype\":\"BF16\",\"data_offsets\":[24,32]},"
    "\"c\":{\"dtype\":\"F16\",\"data_offsets\":[32,34],\"shape\":[]},"
    "\"d\":{\"dtype\":\"U8\",\"shape\":[0,9],\"data_offsets\":[34,34]}} ";

// carried over from chapter 7
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
// end of what was carried over

// what was opened keeps the four promises: each byte of data belongs to one tensor, and
// all numbers can be read
static bool keeps_promises(const struct model *m)
{
    static uint8_t owners[MAX_FILE];
    static float numbers[MAX_FILE];
    const uint64_t data = m->size - 8 - m->header_length;
    memset(owners, 0, sizeof owners);
    for (size_t k = 0; k < m->n_tensors; k++) {
        const struct tensor *t = &m->tensors[k];
        for (uint64_t at = t->begin; at < t->end; at++)
            if (at >= data || owners[at]++ != 0)
                return false;
        if (t->type->n_exponent && !read_numbers(m, numbers, t, 0, t->n_numbers))
            return false;
    }
    for (uint64_t at = 0; at < data; at++)
        if (owners[at] != 1)
            return false;
    return true;
}

static bool is_opened(const uint8_t *bytes, size_t n)
{
    // (no byte more than there are, so that what watches the memory sees their end)
    uint8_t *exact = malloc(n > 0 ? n : 1);
    if (!exact)
        give_up(1, "there is no room for a file of %zu bytes", n);
    memcpy(exact, bytes, n);
    struct model m = open_memory(exact, n);
    const bool opened = m.why == NULL;
    if (opened && !keeps_promises(&m))
        give_up(1, "a file was opened that does not keep its promises");
    close_model(&m);
    free(exact);
    return opened;
}

static void show_hostile(uint64_t n_files, uint64_t seed)
{
    static const char signs[] = "{}[]\",:\\u0123456789.-eaF \n\x80\xff";
    static const char *const texts[] = {
        "18446744073709551615", "4294967296", "34",      "0,0",
        "9223372036854775808",  "\\ud800",    "[[[[[[[["};
    static const struct blows blows = {signs, texts, sizeof signs,
                                       sizeof texts / sizeof *texts};
    static uint8_t bytes[MAX_FILE];
    uint64_t rng = seed, n_opened = 0;
    heading("Hostile files that nobody thought of");
    if (must_wait(3))
        return;
    for (uint64_t k = 0; k < n_files; k++) {
        size_t n;
        uint8_t *good = make_file(&n, good_header, strlen(good_header), 34);
        memcpy(bytes, good, n);
        free(good);
        for (uint64_t left = 1 + draw_below(4, &rng); left > 0 && n > 0; left--)
            strike(bytes, &n, &blows, &rng);
        if (draw_below(8, &rng) > 0 && n >= 8 + 34)
            for (size_t b = 0; b < 8; b++)
                bytes[b] = (uint8_t)((uint64_t)(n - 8 - 34) >> 8 * b);
        n_opened += is_opened(bytes, n);
    }
    printf("%" PRIu64 " files: %" PRIu64 " refused,\n%" PRIu64
           " opened, and kept their promises\n",
           n_files, n_files - n_opened, n_opened);
}

/*
### The rows

What the sections about the rows need: the table, its norms, and a label for each row. Our file
brings its words along. For GPT-2's some tokens are written here; each id is 256 plus the
number of the merge that made the token.
*/

struct table {
    float *rows;
    double *norms;
    size_t n_rows, d;
};

static const struct {
    uint32_t id;
    const char *text;
} tokens[] = {
    {262, " the"},
    {464, "The"},
    {1234, " put"},
    {3290, " dog"},
    {3331, " bank"},
    {3797, " cat"},
    {4227, " rat"},
    {4273, " pet"},
    {5044, " animal"},
    {5181, " Cat"},
    {5916, " fish"},
    {6512, " bird"},
    {6844, " dogs"},
    {8223, " horse"},
    {9246, "cat"},
    {9875, " cow"},
    {10211, " mouse"},
    {11875, " cats"},
    {12967, " pig"},
    {18744, " lion"},
    {22746, " rabbit"},
    {42143, " kitten"},
    {43453, " SolidGoldMagikarp"},
    {50256, "<|endoftext|>"},
};

static void split_words(struct model *m)
{
    size_t n = 0;
    if (m->words.length == 0)
        return;
    m->labels = room_for(m->words.length, sizeof *m->labels);
    m->labels[0] = (struct string){m->words.start, 0};
    for (size_t k = 0; k < m->words.length; k++)
        if (m->words.start[k] == ' ')
            m->labels[++n] = (struct string){m->words.start + k + 1, 0};
        else
            m->labels[n].length++;
    m->n_labels = n + 1;
}

static const char *label_of(char out[MAX_SHOWN + 1], const struct model *m, size_t v)
{
    snprintf(out, MAX_SHOWN + 1, "%zu", v);
    for (size_t k = 0; k < sizeof tokens / sizeof *tokens && m->n_labels == 0; k++)
        if (tokens[k].id == v)
            snprintf(out, MAX_SHOWN + 1, "\"%s\"", tokens[k].text);
    return v < m->n_labels ? shown_name(out, &m->labels[v]) : out;
}

static bool open_table(struct table *table, const struct model *m, const char *name)
{
    *table = (struct table){0};
    table->rows = read_matrix(m, name, &table->n_rows, &table->d);
    if (!table->rows)
        return false;
    table->norms = room_for(table->n_rows, sizeof *table->norms);
    return true;
}

static void close_table(struct table *table)
{
    free(table->rows);
    free(table->norms);
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static double cosine(const struct table *t, size_t v, size_t w)
{
    const double lengths = t->norms[v] * t->norms[w];
    return lengths == 0.0 ? 0.0
                          : dot(t->rows + v * t->d, t->rows + w * t->d, t->d) / lengths;
}

static const char *const format_names[3] = {"wte.weight", "wte.half", "wte.brain"};

static void show_formats(const struct model *m, size_t v)
{
    size_t rows, columns;
    heading("One row in three formats");
    if (must_wait(3))
        return;
    float *exact = read_matrix(m, format_names[0], &rows, &columns);
    for (size_t k = 0; k < 3 && exact; k++) {
        size_t r, c;
        float *other = read_matrix(m, format_names[k], &r, &c);
        if (!other || r != rows || c != columns || v >= rows || columns < 4) {
            free(other);
            continue;
        }
        double largest = 0.0;
        for (size_t n = 0; n < rows * columns; n++) {
            const double gap = fabs((double)other[n] - (double)exact[n]);
            largest = gap > largest ? gap : largest;
        }
        printf("%-4s", find_tensor(m, format_names[k])->type->name);
        for (size_t i = 0; i < 2; i++)
            printf("%13.9f", (double)other[v * columns + i]);
        if (k > 0)
            printf("%12.6f", largest);
        printf("%s\n", k == 0 ? " worst error" : "");
        free(other);
    }
    free(exact);
}

static void plot_norms(const struct table *t)
{
    FILE *figure = open_figure("gpt2-norms");
    if (!figure)
        return;
    fprintf(figure,
            "# kind: scatter\n# title: Row length against the order of frequency\n"
            "# x: place in the order of frequency\n# y: length of the row\n"
            "# xscale: log\n# zero: yes\nx\ty\tlabel\tgroup\n");
    const size_t step = t->n_rows / 500 + 1;
    for (size_t v = 1; v < t->n_rows; v += v < 100 ? 1 : step)
        fprintf(figure, "%zu\t%.3f\t\twords\n", v, t->norms[v]);
    fclose(figure);
}

// the five shortest rows, or the five longest
static void print_extremes(const char *which, const struct model *m,
                           const struct table *t, double sign)
{
    double last = -INFINITY;
    size_t last_v = 0, column = 0;
    char label[MAX_SHOWN + 1], part[MAX_SHOWN + 32];
    put_part(&column, which);
    for (int k = 0; k < 5; k++) {
        size_t best = t->n_rows;
        for (size_t v = 0; v < t->n_rows; v++) {
            const double x = sign * t->norms[v];
            if ((x > last || (x == last && v > last_v)) &&
                (best == t->n_rows || x < sign * t->norms[best]))
                best = v;
        }
        if (best == t->n_rows)
            break;
        snprintf(part, sizeof part, "%.2f %s%s", t->norms[best], label_of(label, m, best),
                 k < 4 ? "," : "");
        put_part(&column, part);
        last = sign * t->norms[best], last_v = best;
    }
    printf("\n");
}

// where the bands of ids end: 9, 99, 999 and so on, and the last id
static size_t end_of_band(const struct table *t, size_t from)
{
    const size_t end = from == 0 ? 10 : 10 * from;
    return end < t->n_rows ? end : t->n_rows;
}

static int n_bands(const struct table *t)
{
    int n = 0;
    for (size_t from = 0; from < t->n_rows; from = end_of_band(t, from))
        n++;
    return n;
}

// two lines; the columns end with the line
static void print_means(const struct table *t)
{
    const int label = (int)LINE - 6 * n_bands(t);
    printf("%-*s", label, "ids to");
    for (size_t from = 0; from < t->n_rows; from = end_of_band(t, from))
        printf("%6zu", end_of_band(t, from) - 1);
    printf("\n%-*s", label, "mean length");
    for (size_t from = 0; from < t->n_rows; from = end_of_band(t, from)) {
        const size_t end = end_of_band(t, from);
        double sum = 0.0;
        for (size_t v = from; v < end; v++)
            sum += t->norms[v];
        printf("%6.2f", sum / (double)(end - from));
    }
    printf("\n");
}

static void show_norms(const struct model *m, struct table *t)
{
    heading("How long are the rows?");
    if (must_wait(4))
        return;
    row_norms(t->norms, t->rows, t->n_rows, t->d);
    print_extremes("shortest:", m, t, 1.0);
    print_extremes("longest:", m, t, -1.0);
    print_means(t);
    plot_norms(t);
}

static bool nearest(uint32_t *top, const struct table *t, size_t token, size_t n_top)
{
    return nearest_tokens(top, t->rows, t->norms, (uint32_t)token, n_top, t->n_rows,
                          t->d);
}

// of each fourth token: is its nearest one another one in the other table?
static void compare_formats(const struct model *m, const struct table *t)
{
    size_t column = 0;
    char part[64];
    for (size_t k = 1; k < 3; k++) {
        struct table other;
        size_t n = 0, moved = 0;
        if (open_table(&other, m, format_names[k]) && other.n_rows == t->n_rows) {
            row_norms(other.norms, other.rows, other.n_rows, other.d);
            for (size_t v = 0; v < t->n_rows; v += 4, n++) {
                uint32_t one, two;
                if (nearest(&one, t, v, 1) && nearest(&two, &other, v, 1))
                    moved += one != two;
            }
            snprintf(part, sizeof part, "of %zu another nearest:", n);
            if (column == 0)
                put_part(&column, part);
            snprintf(part, sizeof part, "%s %zu%s",
                     find_tensor(m, format_names[k])->type->name, moved,
                     k == 1 ? "," : "");
            put_part(&column, part);
        }
        close_table(&other);
    }
    printf(column > 0 ? "\n" : "");
}

static size_t word_id(const struct model *m, const struct choice *choice)
{
    for (size_t v = 0; v < m->n_labels; v++)
        if (says(&m->labels[v], choice->word))
            return v;
    return m->n_labels == 0 ? choice->token : SIZE_MAX;
}

static void print_neighbours(const struct model *m, const struct table *t, size_t v,
                             size_t n)
{
    uint32_t top[20];
    if (!nearest(top, t, v, n))
        return;
    size_t column = 0;
    char label[MAX_SHOWN + 1], part[MAX_SHOWN + 32];
    snprintf(part, sizeof part, "%zu %s:", v, label_of(label, m, v));
    put_part(&column, part);
    for (size_t k = 0; k < n; k++) {
        snprintf(part, sizeof part, "%s %.2f%s", label_of(label, m, top[k]),
                 cosine(t, v, top[k]), k + 1 < n ? "," : "");
        put_part(&column, part);
    }
    printf("\n");
}

static void show_neighbours(const struct model *m, const struct table *t,
                            const struct choice *choice)
{
    static const char *const others[2] = {"walk", "london"};
    uint32_t top[20];
    heading("Who lives next door?");
    if (must_wait(4))
        return;
    if (t->n_rows < 22) {
        printf("no table of words, wte.weight, in this\nfile, or a very small one\n");
        return;
    }
    if (!nearest(top, t, 0, 1)) {
        waits_for("12.5", "nearest_tokens");
        return;
    }
    const size_t v = word_id(m, choice);
    if (v < t->n_rows)
        print_neighbours(m, t, v, choice->neighbours);
    for (size_t k = 0; k < 2 && m->n_labels > 0; k++) {
        const struct choice other = {.word = others[k]};
        if (word_id(m, &other) < t->n_rows)
            print_neighbours(m, t, word_id(m, &other), choice->neighbours);
    }
    for (size_t k = 0; k < 2 && m->n_labels == 0 && t->n_rows == 50257; k++)
        print_neighbours(m, t, k == 0 ? 9246 : 43453, choice->neighbours);
    if (m->n_labels > 0)
        compare_formats(m, t);
}

/*
### Positions
*/

static double mean_cosine(const struct table *p, size_t distance)
{
    double sum = 0.0;
    for (size_t t = 0; t + distance < p->n_rows; t++)
        sum += cosine(p, t, t + distance);
    return sum / (double)(p->n_rows - distance);
}

// takes the mean of all rows away from each of them; its length is handed back
static double centre(struct table *p)
{
    double squares = 0.0;
    for (size_t i = 0; i < p->d; i++) {
        double mean = 0.0;
        for (size_t t = 0; t < p->n_rows; t++)
            mean += (double)p->rows[t * p->d + i] / (double)p->n_rows;
        for (size_t t = 0; t < p->n_rows; t++)
            p->rows[t * p->d + i] -= (float)mean;
        squares += mean * mean;
    }
    row_norms(p->norms, p->rows, p->n_rows, p->d);
    return sqrt(squares);
}

static void plot_positions(const struct table *p)
{
    FILE *figure = open_figure("gpt2-positions");
    const size_t step = p->n_rows > 96 ? p->n_rows / 48 : 1;
    const size_t end = p->n_rows < 48 * step ? p->n_rows : 48 * step;
    if (!figure)
        return;
    fprintf(figure, "# kind: heat\n# title: Cosine of the rows of two positions, "
                    "without their mean\n# x: position\n# y: position\n"
                    "# diverging: yes\n");
    for (size_t t = 0; t < end; t += step)
        fprintf(figure, "\t%zu", t);
    for (size_t t = 0; t < end; t += step) {
        fprintf(figure, "\n%zu", t);
        for (size_t s = 0; s < end; s += step)
            fprintf(figure, "\t%.3f", cosine(p, t, s));
    }
    fprintf(figure, "\n");
    fclose(figure);
}

enum { FARTHEST = 256 }; // distance of two positions; a line has room for five distances

// lengths, and the mean cosine of two positions at some distances; takes the mean row away
static void print_cosines(struct table *p)
{
    size_t column = 0;
    char part[64];
    put_part(&column, "lengths");
    for (size_t t = 0; t < p->n_rows && t <= FARTHEST; t = t ? 4 * t : 1) {
        snprintf(part, sizeof part, "%zu: %.2f", t, p->norms[t]);
        put_part(&column, part);
    }
    printf("\n%-12s", "two apart by");
    for (size_t k = 1; k < p->n_rows && k <= FARTHEST; k *= 4)
        printf("%6zu", k);
    printf("\n%-12s", "mean cosine");
    for (size_t k = 1; k < p->n_rows && k <= FARTHEST; k *= 4)
        printf("%6.2f", mean_cosine(p, k));
    const double length = centre(p);
    printf("\n%-12s", "without mean");
    for (size_t k = 1; k < p->n_rows && k <= FARTHEST; k *= 4)
        printf("%6.2f", mean_cosine(p, k));
    printf("\nmean of all %zu rows: %.2f long\n", p->n_rows, length);
}

// the cosine of position t and those 1, 4 and 16 before and behind it
static void print_likeness(const struct table *p, size_t t)
{
    size_t others[6], n = 0;
    for (size_t k = 16; k > 0; k /= 4)
        if (t >= k)
            others[n++] = t - k;
    for (size_t k = 1; t + k < p->n_rows && k <= 16; k *= 4)
        others[n++] = t + k;
    const int used = printf("%zu and", t);
    for (size_t k = 0; k < n; k++)
        printf("%*zu", k == 0 ? 12 - used : 6, others[k]);
    printf("\n%-6s", "cosine");
    for (size_t k = 0; k < n; k++)
        printf("%6.2f", cosine(p, t, others[k]));
    printf("\n");
}

static void show_positions(const struct model *m, const struct choice *choice)
{
    struct table p;
    heading("A row for a place");
    if (must_wait(4))
        return;
    if (!open_table(&p, m, "wpe.weight") || p.n_rows < 3) {
        printf("no table of positions, wpe.weight, in\nthis file\n");
        close_table(&p);
        return;
    }
    row_norms(p.norms, p.rows, p.n_rows, p.d);
    print_cosines(&p);
    print_likeness(&p, choice->position < p.n_rows ? choice->position : p.n_rows - 1);
    plot_positions(&p);
    close_table(&p);
}

/*
### What is published

Numbers of GPT-2's tables that people have printed in public, as they printed them. Nothing
else of the model is in this course.
*/

static const struct {
    size_t row, column;
    float value;
} published[] = {
    {0, 0, -0.11010301f},       {0, 1, -0.039266724f},     {0, 2, 0.033107508f},
    {0, 3, 0.13382645f},        {0, 4, -0.048475694f},     {0, 5, -0.078917675f},
    {0, 6, -0.23977417f},       {0, 7, -0.08947388f},      {0, 8, 0.025254967f},
    {0, 9, -0.107396826f},      {0, 765, -0.1363697f},     {0, 766, 0.01506208f},
    {0, 767, 0.04531523f},      {1, 0, 0.04034033f},       {1, 1, -0.04861503f},
    {1, 2, 0.04624869f},        {1, 3, -0.09900099f},      {1, 4, 0.08258584f},
    {1, 765, 0.08605453f},      {1, 766, 0.00253983f},     {1, 767, 0.04318958f},
    {2, 0, -0.12746179f},       {2, 1, 0.04793796f},       {2, 2, 0.18410145f},
    {2, 3, -0.08931495f},       {2, 4, 0.0831188f},        {2, 765, 0.08991534f},
    {2, 766, -0.12972379f},     {2, 767, -0.08785918f},    {3, 0, -0.09271405f},
    {3, 1, -0.305332f},         {3, 2, 0.21120381f},       {3, 3, -0.04194934f},
    {3, 4, -0.0738307f},        {4, 0, -0.05063773f},      {4, 1, -0.11109029f},
    {4, 2, 0.1057948f},         {4, 3, -0.10009561f},      {4, 4, 0.09852351f},
    {50254, 0, -0.04453601f},   {50254, 1, -0.05483596f},  {50254, 2, 0.01225674f},
    {50254, 765, 0.10435229f},  {50254, 766, 0.09783269f}, {50254, 767, -0.06952604f},
    {50255, 0, 0.1860082f},     {50255, 1, 0.01665728f},   {50255, 2, 0.04611587f},
    {50255, 765, -0.09625227f}, {50255, 766, 0.07847701f}, {50255, 767, -0.02245961f},
    {50256, 0, 0.05135201f},    {50256, 1, -0.02768905f},  {50256, 2, 0.0499369f},
    {50256, 765, 0.00704835f},  {50256, 766, 0.15519823f}, {50256, 767, 0.12067825f},
};

enum { N_PUBLISHED = sizeof published / sizeof *published };

// Printed with eight digits behind the point, so right to half of the last one; and a copy in
// 16 bits is right to half of the last bit that it has.
static void check_published(const struct table *t, const struct type *type)
{
    const double bit = ldexp(1.0, -1 - (int)type->n_fraction);
    size_t n = 0;
    if (t->n_rows != 50257 || t->d != 768) {
        printf("the file of GPT2= is not GPT-2 small\n");
        return;
    }
    for (size_t k = 0; k < N_PUBLISHED; k++) {
        const double got = (double)t->rows[published[k].row * t->d + published[k].column];
        const double printed = (double)published[k].value;
        n += fabs(got - printed) < 1e-8 + bit * fabs(printed);
    }
    printf("%zu of the %d are what the file holds\n", n, N_PUBLISHED);
}

static void show_published(const struct model *m, const struct table *t, bool is_given)
{
    double squares = 0.0, largest = 0.0;
    for (size_t k = 0; k < N_PUBLISHED; k++) {
        const double x = fabs((double)published[k].value);
        squares += x * x / N_PUBLISHED;
        largest = x > largest ? x : largest;
    }
    heading("GPT-2's table, as far as it was printed in public");
    printf("%d numbers of 8 tokens: the root of their\n", N_PUBLISHED);
    printf("mean square is %.3f, the largest %.3f\n", sqrt(squares), largest);
    printf("at the start: %.3f, hardly above %.3f\n", 0.02, 4 * 0.02);
    if (is_given && !must_wait(3) && t->rows)
        check_published(t, find_tensor(m, "wte.weight")->type);
}

/*
### GPT-2's list of contents

Names and shapes as in the file that people use, in the order of the layers; all of F32.
*/

enum { N_BLOCKS = 12, WIDTH = 768, GPT2_TENSORS = 4 + 13 * N_BLOCKS };

struct part {
    const char *name;
    size_t rows, columns; // columns 0: the shape is [rows]
};

static const struct part outside[4] = {{"wte.weight", 50257, WIDTH},
                                       {"wpe.weight", 1024, WIDTH},
                                       {"ln_f.weight", WIDTH, 0},
                                       {"ln_f.bias", WIDTH, 0}};

static const struct part inside[13] = {
    {"ln_1.weight", WIDTH, 0},
    {"ln_1.bias", WIDTH, 0},
    {"attn.bias", 1024, 1024},
    {"attn.c_attn.weight", WIDTH, 3 * WIDTH},
    {"attn.c_attn.bias", 3 * WIDTH, 0},
    {"attn.c_proj.weight", WIDTH, WIDTH},
    {"attn.c_proj.bias", WIDTH, 0},
    {"ln_2.weight", WIDTH, 0},
    {"ln_2.bias", WIDTH, 0},
    {"mlp.c_fc.weight", WIDTH, 4 * WIDTH},
    {"mlp.c_fc.bias", 4 * WIDTH, 0},
    {"mlp.c_proj.weight", 4 * WIDTH, WIDTH},
    {"mlp.c_proj.bias", WIDTH, 0},
};

static uint64_t count_of(const struct part *p)
{
    return (uint64_t)p->rows * (p->columns ? p->columns : 1);
}

static size_t add_part(char *out, size_t room, const char *before, const struct part *p,
                       uint64_t *end)
{
    char shape[48];
    const uint64_t begin = *end;
    *end += 4 * count_of(p);
    snprintf(shape, sizeof shape, strcmp(p->name, "attn.bias") ? "%s%zu" : "1,1,%s%zu",
             "", p->rows);
    const size_t used = strlen(shape);
    if (p->columns)
        snprintf(shape + used, sizeof shape - used, ",%zu", p->columns);
    return (size_t)snprintf(out, room,
                            ",\"%s%s\":{\"dtype\":\"F32\",\"shape\":[%s],"
                            "\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}",
                            before, p->name, shape, begin, *end);
}

// the header of a file like GPT-2's; *data: the bytes of its numbers
static size_t gpt2_header(char *out, size_t room, uint64_t *data)
{
    char before[16];
    size_t at = 0;
    *data = 0;
    for (size_t k = 0; k < 4; k++)
        at += add_part(out + at, room - at, "", &outside[k], data);
    for (int b = 0; b < N_BLOCKS; b++) {
        snprintf(before, sizeof before, "h.%d.", b);
        for (size_t k = 0; k < 13; k++)
            at += add_part(out + at, room - at, before, &inside[k], data);
    }
    out[0] = '{';
    out[at++] = '}';
    return at;
}

/*
### The end

The small model speaks: the row of a word plus the row of its place, through the matrix, and
then the scores of all words, from the same table.
*/

struct speaker {
    struct table wte, wpe;
    float *m;
};

// scores of all words after word v at place t; without the matrix if `bare`
static void score(double *scores, const struct speaker *s, size_t v, size_t t, bool bare)
{
    const size_t d = s->wte.d;
    const float *x = s->wte.rows + v * d, *place = s->wpe.rows + t * d;
    float h[256];
    for (size_t j = 0; j < d; j++) {
        double sum = bare ? (double)x[j] : 0.0;
        for (size_t i = 0; i < d && !bare; i++)
            sum += ((double)x[i] + (double)place[i]) * (double)s->m[i * d + j];
        h[j] = (float)sum;
    }
    for (size_t w = 0; w < s->wte.n_rows; w++)
        scores[w] = dot(h, s->wte.rows + w * d, d);
}

enum { N_BEST = 3 };

// the words with the largest scores, in so many columns
static void print_best(const struct model *m, const double *scores, size_t n, int width)
{
    size_t last = SIZE_MAX;
    char label[MAX_SHOWN + 1];
    int used = 0;
    for (int k = 0; k < N_BEST; k++) {
        size_t best = SIZE_MAX;
        for (size_t v = 1; v < n; v++) // 0 stands for all words that have no row
            if ((last == SIZE_MAX || scores[v] < scores[last]) &&
                (best == SIZE_MAX || scores[v] > scores[best]))
                best = v;
        if (best == SIZE_MAX)
            break;
        used += printf(" %s", label_of(label, m, best));
        last = best;
    }
    printf("%*s", used < width ? width - used : 0, "");
}

// a word drawn by its probability
static size_t draw_word(const double *scores, size_t n, uint64_t *rng)
{
    double most = -INFINITY, sum = 0.0;
    for (size_t v = 1; v < n; v++)
        most = scores[v] > most ? scores[v] : most;
    for (size_t v = 1; v < n; v++)
        sum += exp(scores[v] - most);
    double left = next_uniform(rng) * sum;
    for (size_t v = 1; v < n; v++)
        if ((left -= exp(scores[v] - most)) < 0.0)
            return v;
    return n - 1;
}

static void say_something(const struct model *m, const struct speaker *s, double *scores,
                          size_t v, uint64_t seed)
{
    uint64_t rng = seed;
    size_t column = 0;
    char label[MAX_SHOWN + 1];
    put_part(&column, "it says:");
    put_part(&column, label_of(label, m, v));
    for (size_t t = 0; t < 7 && t < s->wpe.n_rows; t++) {
        score(scores, s, v, t, false);
        v = draw_word(scores, s->wte.n_rows, &rng);
        put_part(&column, label_of(label, m, v));
    }
    printf("\n");
}

/*
Does a long row go with a definite opinion? The opinion is the small model's own: the entropy
of the probabilities that it gives to the next word.
*/

struct opinion {
    double norm, entropy;
};

static int compare_opinions(const void *a, const void *b)
{
    const struct opinion *x = a, *y = b;
    return (x->norm > y->norm) - (x->norm < y->norm);
}

static double entropy_of(const double *scores, size_t n)
{
    double most = -INFINITY, sum = 0.0, weighted = 0.0;
    for (size_t v = 0; v < n; v++)
        most = scores[v] > most ? scores[v] : most;
    for (size_t v = 0; v < n; v++) {
        sum += exp(scores[v] - most);
        weighted += (scores[v] - most) * exp(scores[v] - most);
    }
    return log(sum) - weighted / sum;
}

static double correlation(const struct opinion *o, size_t n)
{
    double x = 0.0, y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
    for (size_t k = 0; k < n; k++)
        x += o[k].norm / (double)n, y += o[k].entropy / (double)n;
    for (size_t k = 0; k < n; k++) {
        xx += (o[k].norm - x) * (o[k].norm - x);
        yy += (o[k].entropy - y) * (o[k].entropy - y);
        xy += (o[k].norm - x) * (o[k].entropy - y);
    }
    return xy / sqrt(xx * yy);
}

static double mean_entropy(const struct opinion *o, size_t n)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += o[k].entropy;
    return sum / (double)n;
}

static void print_opinions(struct opinion *o, const struct table *t)
{
    const size_t n = t->n_rows;
    printf("%-*s", (int)LINE - 6 * (n_bands(t) - 1), "correlation with entropy");
    for (size_t from = 10; from < n; from = end_of_band(t, from))
        printf("%6.2f", correlation(o + from, end_of_band(t, from) - from));
    qsort(o, n, sizeof *o, compare_opinions);
    printf("\nmean entropy of the 100 shortest %.2f,\n", mean_entropy(o, 100));
    printf("of all %.2f, of the 100 longest %.2f\n", mean_entropy(o, n),
           mean_entropy(o + n - 100, 100));
}

static bool open_speaker(struct speaker *s, const struct model *m)
{
    size_t rows = 0, columns = 0;
    *s = (struct speaker){0};
    if (open_table(&s->wte, m, "wte.weight") && open_table(&s->wpe, m, "wpe.weight"))
        s->m = read_matrix(m, "m.weight", &rows, &columns);
    return s->m && rows == s->wte.d && columns == s->wte.d && s->wpe.d == s->wte.d &&
           rows <= 256 && s->wte.n_rows >= 200 && s->wpe.n_rows > 1;
}

static void close_speaker(struct speaker *s)
{
    free(s->m);
    close_table(&s->wte);
    close_table(&s->wpe);
}

// in the section on lengths, for a file that can speak
static void show_opinions(const struct model *m, const struct table *t)
{
    struct speaker s = {0};
    if (t->rows && norms_are_written() && find_tensor(m, "m.weight") &&
        open_speaker(&s, m)) {
        const size_t n = s.wte.n_rows;
        double *scores = room_for(n, sizeof *scores);
        struct opinion *o = room_for(n, sizeof *o);
        for (size_t v = 0; v < n; v++) {
            score(scores, &s, v, 1, false);
            o[v] = (struct opinion){t->norms[v], entropy_of(scores, n)};
        }
        print_opinions(o, t);
        free(o);
        free(scores);
    }
    close_speaker(&s);
}

static void speak(const struct model *m, const struct choice *choice)
{
    static const char *const heard[2] = {"my", "to"};
    struct speaker s;
    const bool can_speak = open_speaker(&s, m);
    double *scores = room_for(s.wte.n_rows, sizeof *scores);
    for (size_t k = 0; k < 2 && can_speak; k++) {
        const struct choice one = {.word = heard[k]};
        const size_t v = word_id(m, &one);
        if (v >= s.wte.n_rows)
            continue;
        if (k == 0)
            printf("%-6s%-19s%s\n", "after", " through the matrix", " without it");
        printf("%-6s", heard[k]);
        score(scores, &s, v, 1, false);
        print_best(m, scores, s.wte.n_rows, 19);
        score(scores, &s, v, 1, true);
        print_best(m, scores, s.wte.n_rows, 0);
        printf("\n");
    }
    const struct choice first = {.word = "the"};
    if (can_speak && word_id(m, &first) < s.wte.n_rows)
        say_something(m, &s, scores, word_id(m, &first), choice->seed);
    free(scores);
    close_speaker(&s);
}

static bool has_head(const struct model *m)
{
    return find_tensor(m, "lm_head.weight") != NULL;
}

static void show_end(const struct model *m, const struct choice *choice)
{
    static char header[32768];
    char text[48], other[48];
    uint64_t data, masks = 0, numbers = 0;
    heading("Where is the head?");
    if (must_wait(3))
        return;
    printf("lm_head.weight in this file: %s\n", has_head(m) ? "yes" : "no");
    speak(m, choice);
    gpt2_header(header, sizeof header, &data);
    for (size_t k = 0; k < 4; k++)
        numbers += count_of(&outside[k]);
    for (size_t k = 0; k < 13; k++)
        numbers += N_BLOCKS * count_of(&inside[k]);
    masks = N_BLOCKS * count_of(&inside[2]);
    printf("lm_head.weight in GPT-2's %d tensors: %s\n", GPT2_TENSORS,
           strstr(header, "lm_head") ? "yes" : "no");
    printf("%s numbers: %s masks,\n", with_commas(text, numbers),
           with_commas(other, masks));
    printf("%s learned", with_commas(text, numbers - masks));
    printf("; a head: %s\n", with_commas(text, count_of(&outside[0])));
}

/*
### Benchmarks
*/

static const char large_path[] = "build/12_gpt2.large";

// a file as long as GPT-2's, all zeros behind its header; NULL where there is no place
static FILE *make_large(void)
{
    static char header[32768];
    uint64_t data;
    const size_t length = gpt2_header(header, sizeof header, &data);
    FILE *file = fopen(large_path, "w+b");
    bool good = file != NULL;
    for (size_t k = 0; k < 8 && good; k++)
        good = fputc((int)((uint64_t)length >> 8 * k & 255), file) != EOF;
    good = good && fwrite(header, 1, length, file) == length &&
           fseek(file, (long)(data - 1), SEEK_CUR) == 0 && fputc(0, file) != EOF &&
           fflush(file) == 0;
    if (!good && file)
        fclose(file);
    return good ? file : NULL;
}

static void show_ratio(const char *name, double ratio, double most)
{
    printf("%-58s ~%-8.2f want <= %.2f   %s\n", name, ratio, most,
           ratio <= most ? "ok" : "MISSED");
}

static void bench_large(void)
{
    float row[WIDTH];
    FILE *file = make_large();
    if (!file) {
        remove(large_path);
        printf("there is no place for a file of half a gigabyte\n");
        return;
    }
    const double start = seconds();
    struct model m = open_stream(file);
    const struct tensor *wte = find_tensor(&m, "wte.weight");
    if (m.why || !wte || !read_numbers(&m, row, wte, 3797 * WIDTH, WIDTH))
        give_up(1, "the large file was not opened: %s", m.why ? m.why : "no such row");
    printf("a file of %" PRIu64 " bytes with %zu tensors\n", m.size, m.n_tensors);
    show_ratio("seconds to open it and read one row", seconds() - start, 0.1);
    close_model(&m);
    remove(large_path);
}

// each of the three formats, in bytes read, beside a plain copy of as many bytes
static void bench_formats(void)
{
    enum { N = 1 << 20 };
    uint8_t *bytes = room_for(4 * N, 1), *copy = room_for(4 * N, 1);
    float *out = room_for(N, sizeof *out);
    uint64_t rng = 1;
    for (size_t k = 0; k < 4 * N; k++)
        bytes[k] = (uint8_t)draw_below(256, &rng);
    for (const struct type *t = types; t->n_exponent; t++) {
        double best = INFINITY, plain = INFINITY;
        for (int round = 0; round < 10; round++) {
            double start = seconds();
            to_float(out, bytes, N, t->n_exponent, t->n_fraction);
            best = fmin(best, seconds() - start);
            start = seconds();
            memcpy(copy, bytes, t->size * N);
            copy[0] ^= copy[N];
            plain = fmin(plain, seconds() - start);
        }
        printf("%-5s yours takes ~%.1f ns a number, copying the bytes ~%.2f\n", t->name,
               1e9 * best / N, 1e9 * plain / N);
    }
    free(bytes);
    free(copy);
    free(out);
}

static void show_bench(void)
{
    heading("Benchmarks of chapter 12");
    if (must_wait(3))
        return;
    bench_large();
    bench_formats();
}

/*
## What you can change

The program takes settings: `build/12_gpt2 word=brother position=3`, for example. Each has a
row in the table below, and `build/12_gpt2 settings` prints them. The numbers in the text
are those of the defaults.
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
    {"word", "text", "sister", 1, 20, "the word whose neighbours are shown first"},
    {"neighbours", "whole", "5", 1, 20, "how many neighbours are shown"},
    {"position", "whole", "20", 0, 1023, "the position that is compared with others"},
    {"seed", "whole", "1", 1, 1000000, "where the dice of the last section begin"},
    {"token", "whole", "3797", 0, 50256,
     "the id in place of word=, where GPT2= is given"},
    {"hostile", "whole", "0", 0, 1000000000, "open so many hostile files, and stop"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static struct choice read_choice(char **args)
{
    return (struct choice){
        .word = setting_text(settings, args, "word"),
        .token = (uint32_t)setting_number(settings, args, "token"),
        .neighbours = (size_t)setting_number(settings, args, "neighbours"),
        .position = (size_t)setting_number(settings, args, "position"),
        .seed = (uint64_t)setting_number(settings, args, "seed"),
        .hostile = (uint64_t)setting_number(settings, args, "hostile"),
    };
}

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

static void show_chapter(struct model *m, const struct choice *choice, bool is_given)
{
    struct table wte = {0};
    show_contents(m);
    show_lies();
    if (m->why == NULL && floats_are_written())
        open_table(&wte, m, "wte.weight");
    show_formats(m, word_id(m, choice));
    show_norms(m, &wte);
    show_opinions(m, &wte);
    show_published(m, &wte, is_given);
    show_neighbours(m, &wte, choice);
    show_positions(m, choice);
    show_end(m, choice);
    close_table(&wte);
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const struct choice choice = read_choice(args);
    const char *given = getenv("GPT2");
    const bool is_given = given && *given;
    const char *path = is_given ? given : "chapters/data/six_novels.safetensors";
    if (asks_for_bench(args) || choice.hostile > 0) {
        if (choice.hostile > 0)
            show_hostile(choice.hostile, choice.seed);
        else
            show_bench();
        return 0;
    }
    struct model m = open_path(path);
    if (m.why && header_is_written() && tensor_is_written())
        give_up(1, "%s: %s", path, m.why);
    split_words(&m);
    if (m.n_labels > 0 && word_id(&m, &choice) == SIZE_MAX)
        give_up(2, "word=%s: the file's words do not have it", choice.word);
    rewind(m.stream);
    show_start(m.stream);
    show_chapter(&m, &choice, is_given);
    close_model(&m);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="12.1"}
Which of the two is the larger one, the length or what is left of the file, and which
sum or difference of them can go wrong?
:::

::: {.hint exercise="12.1"}
length = start[0] + 256 start[1] + 256^2 start[2] + ... + 256^7 start[7], all in uint64_t.
Good: 2 <= length <= 100,000,000, length <= file_size - 8, start[8] is '{'.
:::

::: {.hint exercise="12.1"}
First refuse a file_size below 8, before you read anything. Then a loop from k = 7 down to
0: n = n * 256 + start[k]. Refuse n by its three bounds; after that you know that the file
has at least 10 bytes, so start[8] may be read. Write *length last.
:::

::: {.hint exercise="12.2"}
Two numbers must be equal, and one of them is a product that may not fit. How can you tell
from the factors alone that it will not?
:::

::: {.hint exercise="12.2"}
a b does not fit into 64 bits if b > 0 and a > UINT64_MAX / b. Multiply shape[0], shape[1],
..., item_size in this order, and ask before each product.
:::

::: {.hint exercise="12.2"}
Refuse if begin is not *taken, if end < begin, or if end > data_size. Start with product 1.
Loop over the dimensions: if the dimension is not 0 and the product is more than UINT64_MAX
/ dimension, refuse; else multiply. Do the same once more with item_size. Compare with end -
begin. If they are equal, *taken = end and true.
:::

::: {.hint exercise="12.3"}
Put the bytes of one number together into a uint32_t first. Which bits of it are the sign,
the exponent, the fraction?
:::

::: {.hint exercise="12.3"}
With F = n_fraction: frac = the lowest F bits, exp = the next n_exponent bits, and one bit is
left for the sign. With 0 < exp < 2^n_exponent - 1 the value is (2^F + frac) 2^(exp - bias -
F), with exp = 0 it is frac 2^(1 - bias - F). The function ldexpf(x, k) computes x 2^k.
:::

::: {.hint exercise="12.3"}
Refuse the pairs that are none of the three. For each k: a loop over its bytes, bits |=
(uint32_t)byte << 8 j. Take sign, exp and frac out of it by shifts and masks. If exp is the
largest one, the value is INFINITY for frac = 0 and NAN else. If exp is 0 it is ldexpf(frac,
1 - bias - F), otherwise ldexpf(frac + 2^F, exp - bias - F). Where the sign is 1, store
-value: that gives -0 too.
:::

::: {.hint exercise="12.4"}
Where does row v begin, and in which type must its squares be added up?
:::

::: {.hint exercise="12.4"}
norms[v] = sqrt(sum over i of x * x) with x = (double)table[v * d_model + i].
:::

::: {.hint exercise="12.4"}
Two loops: over the rows v, and inside over i. A double sum starts at 0 for each row. Turn the
float into a double before you square it. Store the root.
:::

::: {.hint exercise="12.5"}
If you have the three best of the rows so far, what has to happen when the next row comes
that is better than the second of them?
:::

::: {.hint exercise="12.5"}
Row v goes before row u if c[v] > c[u], or if c[v] == c[u] and v < u. Since v runs upwards, a
row that comes later goes before those that are strictly smaller, and behind its equals.
:::

::: {.hint exercise="12.5"}
Refuse the bad token and the too large n_top. Keep n, how many are in top so far, 0 at first.
Loop over v, without token: compute its cosine. Start at place n (or at n_top - 1 if the
list is full and the last one is smaller) and move entries one place down while their cosine is
smaller. You need the cosines of the entries again: compute them anew in a small function, or
keep them in an array from malloc.
:::
*/
