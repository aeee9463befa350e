/*
# Who decides what a row stands for? {#ids}

Type *Emma* into GPT-2 and the model reads a few rows of its table. Which rows? Nobody at
OpenAI ever sat down to decide that `" the"` should have row 262, or that `" cat"` and
`"cat"` should have one each. [Why does GPT-2 have a row for SolidGoldMagikarp?]{.teaser} A program
decided, before the model existed, by counting. It saw a text and asked one question, fifty
thousand times: *which two pieces stand together most often?* Those two became one piece,
with the next free number.

![Four joins make one row. Read from the bottom: each join is one that was learned, and the
earliest one always goes first. All that the model will see of these five bytes is the
number at the top.](drawing:merges){alt="Five boxes hold the bytes space, t, h, e, n. An
arrow joins space and t to a box space-t, numbered 256; h and e to a box he, numbered 258;
those two to space-the, numbered 262; and that with n to space-then, numbered 788. The
numbers stand beside the boxes."}

In this chapter you write that program, all of it: the counting, the joining, the rule
that says where joining must stop, and the way from text to ids and back. In the end it
gives the ids that GPT-2 gets, for any text there is and for any bytes that are no text at
all. Then we ask what such a number gives away, and find rows in our own little table that
the very text which made them never shows.

You need C and chapter 1; what comes from later chapters is said again. The file is
`chapters/11_ids.c`; `make chapter11` builds it, runs it, and says what to do next.
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
## Words, letters, or something between

Chapter 1 cut its sentence at the spaces and gave each word a row. Chapter 3 did the same
with a novel, and had to pay: of 7,284 different words it kept 3,999, with one more row,
`<unk>`, for everything else. A model that reads words is deaf to any word that it was not given a
row for.

The other end is safe. A file is a sequence of bytes, a byte has 256 values, and a table
of 256 rows can read everything ever written. But each row then stands for next to
nothing, and a sentence of twenty words is a hundred tokens long. A transformer's work
grows with the length of what it reads, so long texts are dear.

Between the two lies **byte-pair encoding**, BPE. It began as a way to compress files
[@gage1994] and came to language models by way of translation [@sennrich2016, sec. 3.2].
Start with the 256 bytes. Find the pair of neighbours that stands in the text most often,
give it the next free number, and put that number in its place wherever the pair stands.
Then do it again. After $m$ such **merges** the table has $256 + m$ rows. What was
frequent has become one token, however long; what was rare is still spelt out, byte by
byte, and nothing is unknown.

It takes two functions: one that counts and one that joins.
*/

/*
## Exercise 11.1: which two stand together most often? {#most-frequent-pair .exercise}

Everything in the table follows from this count, so it must be exact, ties included.

The text comes as *words*, for a reason that you will see soon: all their pieces one after
the other in `ids`, and for word $w$ its number of pieces, `lengths[w]`, and how often it
stands in the text, `counts[w]`. A pair is two ids side by side *within* a word. Each
place where it stands counts as often as the word does, places that overlap too. Write the
pair with the largest count to `pair`, left one first, and the count to `count`. If
several pairs have the largest count, take the one whose first place comes first: the
earlier word, and in it the earlier position.

By hand, with letters for ids: the words are `abab`, which stands 2 times, and `bba`, 3
times.

| pair   | where                    | count             |
|:-------|:-------------------------|------------------:|
| `a` `b`  | twice in the first word  | $2 + 2 = 4$       |
| `b` `a`  | once in each             | $2 + 3 = 5$       |
| `b` `b`  | once in the second word  | $3$               |

So the pair is `b`, `a`, the count 5. In a single word `aaa` the pair `a`, `a` has the
count 2.

A word with the count 0 does not stand in the text, and its pairs stand nowhere. If there
is no pair, because there are no words or only words of one piece or none, return `false`
and write nothing. (Also if you need memory and get none.) Ids may be any numbers, and a
count may need all 64 bits; sums beyond them will not be asked for. And mind the time: a
text of a million pieces has hundreds of thousands of different pairs, so comparing each
place with each other is out. Sort, or hash: $n \log n$ is enough for $n$ pieces.
*/

// pair = the pair with the largest count; of equal ones the one that stands first
//   pair [2]   count [1]   lengths, counts [n_words]
//   ids: the words one after the other, of word w lengths[w] ids
// false, and both outputs untouched, if no pair stands in the text
EXERCISE bool most_frequent_pair(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                                 const size_t *lengths, const uint64_t *counts,
                                 size_t n_words)
{
    // your code here
    (void)pair, (void)count, (void)ids, (void)lengths, (void)counts, (void)n_words;
    return false;
}

/*
## Exercise 11.2: make two into one {#merge-pair .exercise}

Now the pair gets its new id, in one word. Go from left to right. Where `left` and `right`
stand side by side, write `merged` once and go on *behind* the two; everything else is
copied.

By hand, again with letters: join `a`, `a` to `X` in `aaa`. The first two are joined; what
is left is a single `a`: the result is `X a`, two ids. In `aaaa` it is `X X`. And what was
joined is not looked at again: join `a`, `b` to `a` (any number may be the merged one) in
`abb` and you get `a b`, not `a`.

`out` has room for `n_ids` numbers, and is not the array `ids`. Write how many it holds to
`n_out`; what stands behind them is of no interest. No ids are no error: 0 come out.
*/

// out = ids, in which each (left, right), from left to right, has become one `merged`
//   out: room for n_ids   n_out [1]   ids [n_ids]
// there is no bad input: always true
EXERCISE bool merge_pair(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                         uint32_t right, uint32_t merged, size_t n_ids)
{
    // your code here
    (void)out, (void)n_out, (void)ids, (void)left, (void)right, (void)merged, (void)n_ids;
    return false;
}

/*
Let the two loose on the first 50,000 bytes of *Emma*, as one long word. (A space is shown
as `_`, the end of a line as `\n`.) The number in front is the merge's; its id is 256
more. Behind the piece stands the count of the pair.

::: predict
Which two bytes stand together most often in an English novel?

:::: answer
*e* and a space.
::::
:::

::: {.output section="Merges of the novel's beginning, nothing forbidden"}
:::

The first is not `th`. It is `e` and a space: many English words end in *e*. Nothing told
the program that a space is special. With merge [9]{.n section="Merges of the novel's
beginning, nothing forbidden"} it has joined the comma to the space behind it, with merge
[15]{.n section="Merges of the novel's beginning, nothing forbidden"} a space to `an`, and
in the long run it would make rows for *of the* and *to be*, and for `dog.`, `dog!` and
`dog?`: the same word, once with each mark behind it. The authors of GPT-2 saw just this, and did
not want to spend rows on it. So they forbade it [@radford2019, sec. 2.2]: no merge across
the border between a word and what stands beside it.

## Where joining must stop

The rule is a pattern. Before any counting, the text is cut into words by it, and a pair
is counted only inside a word. This is GPT-2's, from its published code [@gpt2code,
`src/encoder.py`]:

```
's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|
 ?\p{N}+| ?[^\s\p{L}\p{N}]+|
\s+(?!\S)|\s+
```

(It is one line there; here it is broken behind two of its bars.)

Read it as a list of six questions (the endings in front count as one), asked at the place
where the last word ended. The first that can be answered with yes makes the next word, and
makes it as long as it can. (In the table ␣ is a space.)

| part of the pattern     | a word is                                                    |
|:------------------------|:-------------------------------------------------------------|
| `'s` … `'d`             | one of seven endings: 's, 't, 're, 've, 'm, 'll, 'd          |
| `␣?\p{L}+`              | letters, and one space in front of them if there is one      |
| `␣?\p{N}+`              | numbers, likewise                                            |
| `␣?[^\s\p{L}\p{N}]+`    | characters that are none of these and no white space, likewise |
| `\s+(?!\S)`             | white space; it may not stop in front of anything else       |
| `\s+`                   | white space                                                  |

The fifth row is the odd one. `(?!\S)` means "and behind it no character that is not white
space". So white space at the end of the text is taken whole; before a word, the run gives
its last character back, and is taken without it. The last row is for a run of a single
character, which has nothing left to give back.

![Three spaces before a word: the run gives the last one back, and the word takes it. A line's
end is white space as well, but no word takes it.](drawing:pattern){alt="The characters b,
space, space, space, c, newline, d, and below them the words that they are cut into: b;
two spaces; space c; newline; d."}

What is a letter? `\p{L}` is whatever Unicode calls one: of its 1,114,112 numbers,
[131,756]{.n section="Where the pattern cuts"} were letters and [1,791]{.n section="Where
the pattern cuts"} numbers in version 14.0. The program has them as a table of ranges, and
a command that makes the table from your own machine's Unicode stands [beside
it](#ids-unicode). Later versions add more, and GPT-2's code takes whichever its machine
has. So you need not decide what is a letter: each byte of a text comes with the **kind**
of the character that it begins.
*/

/*
## Exercise 11.3: cut a text into words {#pre-tokenize .exercise}

Write the pattern as a machine: at the place where a word begins, ask its questions in
their order. `kinds[t]` is the kind of the character that begins at byte `t`, one of
`OTHER`, `LETTER`, `NUMBER`, `SPACE` (white space), in that order from 0; or `REST`, which
is 4, if the byte belongs to the character before it. (Your file is compiled alone, so if
you write it outside of this one, it needs its own `enum`.) A byte at which no character
begins, as in a file that is no text, comes as a character of the kind `OTHER`. The bytes
themselves you need in two places: the seven endings, which begin with the byte `'`, and
the single space in front, which is the byte 32 and no other kind of white space. The
endings are written small: in `IT'S` there is none, because the pattern asks for a small
s.

Write to `ends[w]` where word $w$ ends: the place of the first byte behind it. `ends` has
room for `n_bytes` of them. Write how many words there are to `n_words`.

By hand, on `I'm␣␣a1`, seven bytes, with ␣ for a space:

| place | bytes     | question that says yes                        | ends |
|:------|:----------|:----------------------------------------------|-----:|
| 0     | `I`       | letters                                       | 1    |
| 1     | `'m`      | ending                                        | 3    |
| 3     | `␣`       | white space; of two, one is given back        | 4    |
| 4     | `␣a`      | letters, with the space                       | 6    |
| 6     | `1`       | numbers                                       | 7    |

Five words. Refuse a kind above `REST`, and a text that begins with `REST`: return `false`
and write nothing. No bytes are no error: no words. The time must be in proportion to the
text, also if the text is a million spaces.
*/

enum kind { OTHER, LETTER, NUMBER, SPACE, REST };

// word w of the text: bytes ends[w - 1] (0 for the first) to ends[w] - 1
//   ends: room for n_bytes   n_words [1]   text, kinds [n_bytes]
// false, and both outputs untouched, if a kind is above REST or the first kind is REST
EXERCISE bool pre_tokenize(size_t *ends, size_t *n_words, const unsigned char *text,
                           const unsigned char *kinds, size_t n_bytes)
{
    // your code here
    (void)ends, (void)n_words, (void)text, (void)kinds, (void)n_bytes;
    return false;
}

/*
::: {.output section="Where the pattern cuts"}
:::

The bar shows where a word ends. Look at `o'clock`: the apostrophe is no ending here, so
it is a word of its own, and the letters behind it are one. Look at `IT'S` beside `It's`:
a comment in GPT-2's code regrets that the pattern forgot the capitals. And a long run of
marks eats an apostrophe that it meets, as in the last line.

### The novel, word by word

Now the whole novel can be counted. A word that stands a thousand times is the same word
each time, so only the *different* words are kept, with their counts: that is why exercise
11.1 has them.

::: aside
GPT-2's first merges are: space and t, space and a, h and e, i and n, r and e, o and n.
All six are among the first twenty of our one novel. English is English; the differences
come later.
:::

::: {.output section="The first merges of the whole novel, cut into words" set="shown"}
:::

Your two functions look at every piece for each merge. To learn a few thousand
merges the program uses a faster loop that gives the same ones, in the same order: it
keeps the sum of each pair in a hash table, and a merge changes only the sums of words in
which it happens. It stands [behind the scenes](#ids-behind), and the program checks its
first merges against yours.

## Whose merges?

What does a merge buy? Shorter texts. Let us take the first half of the novel, learn from
it, and then measure on the *second* half how many bytes a token stands for on average;
beside it the same number of GPT-2's merges, the first so many of its list.

::: predict
With [2,048]{.n section="Whose merges?"} merges each: whose tokens are longer on the
second half of *Emma*, and by how much?

:::: answer
The novel's own: [3.39]{.n section="Whose merges?"} bytes a token, against
[2.91]{.n section="Whose merges?"}.
::::
:::

::: {.output section="Whose merges?" set="learn"}
:::

![Bytes a token, on the half that was not learned from. On a scale where each step doubles
the number of merges both lines rise almost evenly: a longer token costs ever more
rows.](figure:ids-lengths){#fig-ids-lengths}

The novel's own merges win at every size. Not because they know their half by heart: there
they do only a little better than on the other. They were learned from *this novel*: its
author, its subject and its names at once, and this experiment does not tell the three
apart. What GPT-2's were counted on was never said
in full; its list has rows for `" LeBron"`, `"github"` and `"externalActionCode"`, which
*Emma* does not need. With all of its [50,000]{.n section="Whose merges?"} merges
GPT-2 is ahead again, with more than twenty times the rows. So this is who decides: **the
text that the merges were counted on.**

## GPT-2's list

GPT-2's merges are a file of [50,000]{.n section="Whose merges?"} lines,
`chapters/data/gpt2/merges.txt`, and with the pattern they are all of its tokenizer. Merge
$m$ makes id $256 + m$. (The bytes come first, in an order of their own: those that one
can see, then the others. So the space is not 32 but 220. The order means nothing more
than that somebody looped over them in it.)

To encode a word, do again what was done when the merges were learned: join the pair that
was joined *earliest*, that is, the one that makes the smallest id. Then look again. Not
the longest, and not the leftmost: when a merge was learned, all earlier ones had been made
everywhere, and only in this order is a word cut as it was cut then.
*/

/*
## Exercise 11.4: from bytes to ids {#bpe-encode .exercise}

One word comes in as the ids of its bytes, `ids`. As long as there is a pair of neighbours
that a merge joins, join the pair whose merge makes the smallest id; if that pair stands
in several places, join the first of them. Write what is left to `out`.

The merges come sorted, so that you can look a pair up: `keys[k]` is a pair as one number,
$2^{32} \cdot \mathrm{left} + \mathrm{right}$, ascending, and `made[k]` the id that it
becomes. You may rely on what is true of all merges that were learned: no two make the same
id, and an id is larger than the two that it is made of.

By hand: the merges are (1, 2) → 10, (2, 3) → 11, (10, 3) → 12, and the word is 1 2 3 2 3.

| word        | pairs that a merge joins           | joined         |
|:------------|:-----------------------------------|:---------------|
| 1 2 3 2 3   | (1,2) → 10, (2,3) → 11 twice       | (1,2): smallest |
| 10 3 2 3    | (10,3) → 12, (2,3) → 11            | (2,3): 11 is smaller than 12 |
| 10 3 11     | (10,3) → 12                        | (10,3)         |
| 12 11       | none                               |                |

Out come 12 and 11. `out` has room for `n_ids` numbers and is not `ids`; write how many
there are to `n_out`. No ids or no merges are no error.

Now the time. It is easy to write this with a loop over the word for each join, and for
words of six letters nothing is faster. But somebody will paste a hundred thousand letters
without a space into your program, on purpose, and $n$ joins with $n$ looks each are ten
thousand million. The work must grow as $n \log n$ for a word of $n$ letters, and only
with the logarithm of the number of merges. You will need two things: neighbours that are
found at once although pieces between them have gone (a list, linked both ways), and the
smallest of many offers (a heap). A join spoils the offers of the pieces beside it, and these
lie somewhere in the heap. Leave them there; ask each offer, when its turn comes, whether it
still holds. If there is no memory, return `false`.
*/

// out = ids after all joins: the pair with the smallest `made` first, of these the first
//   out: room for n_ids   n_out [1]   ids [n_ids]
//   keys, made [n_merges]: the pair keys[k], left << 32 | right, becomes made[k]
// false if there is no memory; time: n log n, never n * n
EXERCISE bool bpe_encode(uint32_t *out, size_t *n_out, const uint32_t *ids,
                         const uint64_t *keys, const uint32_t *made, size_t n_ids,
                         size_t n_merges)
{
    // your code here
    (void)out, (void)n_out, (void)ids, (void)keys, (void)made, (void)n_ids,
        (void)n_merges;
    return false;
}

/*
And back. Each id stands for some bytes, and the text is these bytes one after the other.
What each id stands for follows from the merges: the program goes through the list once
and puts the bytes of two pieces together for each new one.
*/

/*
## Exercise 11.5: from ids to bytes {#bpe-decode .exercise}

Piece $v$ is the bytes `pieces[starts[v]]` up to, and without, `pieces[starts[v + 1]]`.
Write the pieces of all ids, one after the other, to `text`, and how many bytes these are
to `n_bytes`.

By hand: `pieces` is `catdog`, `starts` is 0, 3, 3, 6. Piece 0 is `cat`, piece 1 is empty,
piece 2 is `dog`. The ids 2, 0, 1, 2 are `dogcatdog`, nine bytes.

`text` has room for `room` bytes. Refuse an id that is not below `vocab_size`, and a text
that would not fit; then return `false` and write nothing at all. A text that fits exactly
is good. No ids are no error: 0 bytes. Bytes are bytes here, 0 among them.
*/

// text = the pieces of the ids, one after the other; n_bytes = how many bytes that are
//   text: room for `room` bytes   n_bytes [1]   ids [n_ids]
//   piece v: pieces[starts[v]] to pieces[starts[v + 1] - 1]   starts [vocab_size + 1]
// false, and both outputs untouched, if an id is not below vocab_size or room is too small
EXERCISE bool bpe_decode(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                         const unsigned char *pieces, const size_t *starts, size_t n_ids,
                         size_t vocab_size, size_t room)
{
    // your code here
    (void)text, (void)n_bytes, (void)ids, (void)pieces, (void)starts, (void)n_ids,
        (void)vocab_size, (void)room;
    return false;
}

/*
Now both ways are open. The program first encodes the [19]{.n section="A text in GPT-2's
ids"} texts of a list whose ids came from another program for GPT-2's merges, and then a
text of your own, `text="..."`. Last it takes a thousand strings of random bytes, most of
them no text in any encoding, to ids and back, and the novel too.

::: {.output section="A text in GPT-2's ids" set="text merges words"}
:::

(In the terminal this block and the next come first: they learn nothing.)
With `merges=1000` you see how the same text looked when the list was young, and with
`words=0` what happens if the pattern is left out.

## What a token costs

Time, money and the length of what a model can look back on: all are paid by the token.
Here is a sentence of the Universal Declaration
of Human Rights: *All human beings are born free and equal in dignity and rights.*

::: predict
The same sentence in Hindi: how many times as many tokens as in English?

:::: answer
[10.7]{.n section="What a token costs"} times as many.
::::
:::

::: {.output section="What a token costs" follows="merges words"}
:::

In English the sentence has a token for each word and one for the full stop. In Hindi it
has [10.7]{.n section="What a token costs"} times as many, more than one for each
character: a character of Devanagari has three bytes, and the list has few merges for
them. No one decided against Hindi. The merges were counted, and pairs that were seldom
seen got no rows. For 17 tokenizers the same was found, with differences between languages
of up to fifteen times [@petrov2023, abstract].

The last lines show the small change. `"cat"` is [9246]{.n section="What a token costs"}
and `" cat"` is [3797]{.n section="What a token costs"}: two rows, which know nothing of
each other, and both must learn what a cat is. With a capital it is a third. And `12345`
is cut into 123 and 45, `67890` into 6, 78 and 90, because of how often those digits stood
together in some text; a model that is to add the two gets to see that.

## Do not join what was joined before

How fast can this be? Each byte must be looked at at least once, to see what kind of
character it is: one look into a table of 256 entries. That is the limit, and the whole
way from a text to ids costs many times as much: branches at each character, and at each
word a search. Your encoder is called for each word, and
most words of a text have been there before: the novel has [208,059]{.n section="The first
merges of the whole novel, cut into words"} words and [10,194]{.n section="The first
merges of the whole novel, cut into words"} different ones. So the program keeps a table:
the bytes of a word, and the ids that your encoder gave for it. The second time it only
copies them. An embedding table for words, once more, that fills itself.

`make bench` compares the three: your encoder for each word, the same behind the table of
words, and the bare look at each byte. It also gives your encoder a word of 1,000 letters
and one of 100,000, and looks at the time for each letter.

## A number that leaks

Chapter 1 said: an id is a name, not an amount, and took it half back in an aside. Now we
can say how much of it is true. The merges are numbered in the order in which they were
learned, most frequent first. So the number of a row is a *rank*.

::: predict
Of GPT-2's rows with the ids 256 to 1023, what share will *Emma* use? And of those from
16,384 on?

:::: answer
Four fifths of the first. Of the others less than a tenth: [90.2]{.n section="A number that
leaks"} % are never used.
::::
:::

::: {.output section="A number that leaks"}
:::

![How often a row is used in Emma, on average, against its id. Both axes count in
powers.](figure:ids-frequency){#fig-ids-frequency}

Each step down the table is four times the id, and roughly between a fifth and a tenth
of the use.
Two lists, one learned here and one from elsewhere, show the same. So if you know nothing
of a token but its id, you know about how often it will come. A table does not know that:
it does not see the ids, only which row was asked for. But people who read tables do. If
in a trained table the rows with small ids have something in common, such as their length
(chapter 5), it is frequency that they have in common, and nothing more about their
meaning.

::: belief
**"Ids are arbitrary."** The order of the ids is no order of meaning: 3,797, `" cat"`,
lies between `"rief"` and `"esc"`, and a model treats all permutations alike. But
arbitrary they are not. They are a list by frequency, with the dates of birth of all
pieces.
:::

## Rows that nobody shows

You would think that at least each row of the table stands for something that was frequent
in the text from which the table was made. It was the most frequent pair when it was
joined! Count again, at the end.

::: predict
[2,048]{.n section="Whose merges?"} merges were learned from the first half of the novel,
each for a pair that stood there, then, many times. Encode the same half with all of them.
How many of these rows are never used?

:::: answer
[51]{.n section="Rows that nobody shows"}, in the very text that made them.
::::
:::

::: {.output section="Rows that nobody shows"}
:::

[51]{.n section="Rows that nobody shows"} rows, in the very text that made them. Look at
the names of the first: `mma`, `arriet`, `Knight`. The program joined `m` and `ma` since the
pair was frequent. Thirty merges later it joined a space and `E`, and that with `mma`; some hundred
later, for the few that begin a line, `E` and `mma`. From then on there was no `mma` left
anywhere: every one had been swallowed. The row stays, because the way to *Emma* leads
over it. It is a rung of a ladder that nobody stands on any more.

A model trained on this text would never be shown row `mma`. Under plain SGD it would keep
the numbers that it was born with (chapter 2), or drift where weight decay and a tied head
push it (chapters 5 and 6). Type a text in which `mma` stands alone, and the model reads
noise.

### Made from one text, trained on another

The second half shows the second cause. Take the half that was *not* learned from, as if the
table had been made from one text and the model trained on another: more rows are never
used ([77]{.n section="Rows that nobody shows"}), those of names and habits that the
second half does not have. Both can be at work in GPT-2. `" SolidGoldMagikarp"` is row
[43,453]{.n section="Rows that nobody shows"}, joined from row [15,831]{.n section="Rows
that nobody shows"} and row [42,202]{.n section="Rows that nobody shows"},
`"GoldMagikarp"`, which no other merge uses: it has
the look of such a rung. Somebody of that name must have been frequent in
what the merges were counted on. In what the model was trained on he seems to have been
rare: he became known when people looked for tokens that models of this family could not
speak, and found whole families of them, one inside the other [@watkins2023]. We cannot
count in the training text, for it was never published. What can be checked without it is
the table itself: rows that training never moved give themselves away by
their numbers. Land and Bartolo
looked through many models in this way and found such rows, typically from a tenth of a
percent to one percent of the vocabulary [-@land2024].

::: belief
**"The vocabulary is the list of all the words that the model knows."** It is the list of
all pieces that were frequent at some moment of a count, on one text. Which of them the
model knows depends on another text, and on how often it showed them.
:::

So who decides what a row stands for? A pattern of six parts, a text, and a count. What
the row comes to *mean* is decided later, by training, if the row is ever shown. And if it
is not, it means what a random number means.

## What you can now explain

- BPE joins, again and again, the pair of neighbours that stands most often; the id of a
  piece is the number of its merge plus 256. To encode is to repeat the joins, earliest first.
- GPT-2 cuts a text into words first, by a pattern, and never joins across a cut. A space
  belongs to the word behind it, so `" cat"` and `"cat"` are different rows.
- Any bytes come back as they were, because joining changes no byte. No token is unknown.
- What a text costs depends on the text that the merges were counted on.
- Ids are ranks by frequency, and some rows are never shown, not even by the text that
  made them.

## Three questions to think about

::: think
Does BPE cut a word into the fewest pieces that its table allows?

:::: answer
No. With the merges (1,2) → 10, (2,3) → 11 and (11,4) → 12 the word 1 2 3 4 becomes 10 3
4, since (1,2) came first, and nothing joins after that. 1 12 would be one piece less. The
earliest join is not the best one; it is the one that the training saw.
::::
:::

::: think
Why does "aaa" have the count 2 for the pair (a, a) although only one join can be made in
it?

:::: answer
Because places are counted, not joins, as in algorithm 1 of Sennrich and others. It makes a
run of equal letters look more worth joining than it is. To count joins instead, you would
have to skip the place behind each one that you count, and some merges would come in another
order.
::::
:::

::: think
You want a model to add numbers. What would you change in the pattern, and what would that
cost?

:::: answer
Let numbers be cut into single digits (`\p{N}` without the plus sign): then equal digits
have equal rows wherever they stand. The price: each number becomes as many tokens as it
has digits.
::::
:::

## What to read next

- Sennrich, Haddow and Birch [-@sennrich2016], section 3.2 with its algorithm 1: the count and
  the join in a dozen lines.
- Radford and others [-@radford2019], section 2.2: why bytes, and why a pattern.
- Petrov and others [-@petrov2023]: what a sentence costs in other languages.
- Land and Bartolo [-@land2024]: how to find the rows that nobody shows, in any model.
- Chapter 12 goes to the table that was trained on these very ids.

## Behind the scenes {#ids-behind}

Small tools, files, the hash tables and the faster loop.
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
    fputs("11_ids: ", stderr);
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
// end of what was carried over

// room for n things, the old ones among them
static void *reallocate(void *room, size_t n, size_t size)
{
    void *larger = realloc(room, n * size + 1);
    if (!larger)
        give_up(1, "there is no room for %zu bytes", n * size);
    return larger;
}

enum { N_BYTES = 256, ALL_MERGES = 50000, LEAST_BYTES = 1000 };

// what each id stands for, and how the pieces are joined
struct vocabulary {
    unsigned char *pieces; // all pieces, one after the other
    size_t *starts;        // [vocab_size + 1] where each piece begins among them
    uint32_t *parts;       // [n_merges][2] what piece 256 + m was made of
    uint64_t *keys;        // [n_merges] the same pairs, ascending: left << 32 | right
    uint32_t *made;        // [n_merges] what each of those pairs becomes
    uint32_t byte_ids[N_BYTES]; // the id of each byte
    size_t vocab_size, n_merges, room;
};

// one more row: the bytes of two others, one after the other
static void add_piece(struct vocabulary *v, uint32_t left, uint32_t right)
{
    const uint32_t parts[2] = {left, right};
    size_t end = v->starts[v->vocab_size];
    memcpy(v->parts + v->n_merges++ * 2, parts, sizeof parts);
    for (size_t side = 0; side < 2; side++) {
        const size_t from = v->starts[parts[side]];
        const size_t n = v->starts[parts[side] + (size_t)1] - from;
        if (end + n > v->room) {
            v->room = (end + n) * 2;
            v->pieces = reallocate(v->pieces, v->room, 1);
        }
        memcpy(v->pieces + end, v->pieces + from, n);
        end += n;
    }
    v->starts[++v->vocab_size] = end;
}

// the different words of a text, each cut into pieces
struct words {
    uint32_t *ids;    // all words, one after the other
    size_t *lengths;  // [n_words] the pieces of each
    uint64_t *counts; // [n_words] how often each stands in the text
    size_t n_words, n_ids;
};

/*
### The characters of a text
*/

struct text {
    unsigned char *bytes;
    size_t size;
};

// the kind of a character, from Unicode's tables at the end of the chapter
static unsigned char kind_of(uint32_t character);

// the character that begins here; its length, or 0 if none does
static size_t read_character(uint32_t *c, const unsigned char *s, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = s[0] < 0xC0   ? 0
                          : s[0] < 0xE0 ? 2
                          : s[0] < 0xF0 ? 3
                          : s[0] < 0xF8 ? 4
                                        : 0;
    if (s[0] < 0x80) {
        *c = s[0];
        return 1;
    }
    if (length == 0 || length > n)
        return 0;
    *c = s[0] & 0x7Fu >> length;
    for (size_t k = 1; k < length; k++) {
        if ((s[k] & 0xC0) != 0x80)
            return 0;
        *c = *c << 6 | (s[k] & 0x3Fu);
    }
    const bool surrogate = *c >= 0xD800 && *c < 0xE000;
    return *c >= least[length] && *c < 0x110000 && !surrogate ? length : 0;
}

// kinds[t]: the kind of the character that begins at byte t, REST inside of one. A byte at
// which no character begins is a character of its own, of the kind OTHER.
static void classify(unsigned char *kinds, const unsigned char *text, size_t n)
{
    unsigned char ascii[0x80];
    for (uint32_t c = 0; c < 0x80; c++)
        ascii[c] = kind_of(c);
    for (size_t t = 0; t < n;) {
        uint32_t c;
        if (text[t] < 0x80) {
            kinds[t] = ascii[text[t]];
            t++;
            continue;
        }
        const size_t length = read_character(&c, text + t, n - t);
        kinds[t++] = length == 0 ? OTHER : kind_of(c);
        for (size_t k = 1; k < length; k++)
            kinds[t++] = REST;
    }
}

/*
### Learning, with the functions of the reader
*/

// joins a pair in every word, with merge_pair; false if it is not written
static bool merge_words(struct words *words, uint32_t *room, const uint32_t pair[2],
                        uint32_t merged)
{
    const uint32_t *from = words->ids;
    size_t n_ids = 0;
    for (size_t w = 0; w < words->n_words; w++) {
        size_t n = 0;
        if (!merge_pair(room, &n, from, pair[0], pair[1], merged, words->lengths[w]))
            return false;
        from += words->lengths[w];
        memcpy(words->ids + n_ids, room, n * sizeof *room);
        words->lengths[w] = n;
        n_ids += n;
    }
    words->n_ids = n_ids;
    return true;
}

// the first n merges, with the reader's functions; how many were made
static size_t learn_slowly(struct vocabulary *v, struct words *words, uint64_t *counts,
                           size_t n)
{
    uint32_t pair[2], *room = allocate(words->n_ids, sizeof *room);
    size_t m = 0;
    while (m < n && most_frequent_pair(pair, counts + m, words->ids, words->lengths,
                                       words->counts, words->n_words)) {
        if (!merge_words(words, room, pair, (uint32_t)v->vocab_size))
            break;
        add_piece(v, pair[0], pair[1]);
        m++;
    }
    free(room);
    return m;
}

/*
### Learning, faster

The sum of each pair lies in a hash table. A merge takes the pairs of each word that it
changes out of the sums, joins, and puts the new pairs in. Only where two pairs have the
same sum is the text asked which of them stands first.
*/

// how often each pair stands in the text: a hash table that doubles when it is half full
struct sums {
    uint64_t *pairs, *sums; // [n_slots]; NO_PAIR: free
    size_t n_slots, n_used;
};

static const uint64_t NO_PAIR = UINT64_MAX;

static uint64_t pair_of(uint32_t left, uint32_t right)
{
    return (uint64_t)left << 32 | right;
}

static size_t slot_of(const struct sums *s, uint64_t pair)
{
    size_t slot = (size_t)(pair * 0x9E3779B97F4A7C15u >> 32) & (s->n_slots - 1);
    while (s->pairs[slot] != pair && s->pairs[slot] != NO_PAIR)
        slot = (slot + 1) & (s->n_slots - 1);
    return slot;
}

static struct sums open_sums(size_t n_slots)
{
    struct sums s = {allocate(n_slots, sizeof *s.pairs),
                     allocate(n_slots, sizeof *s.sums), n_slots, 0};
    for (size_t k = 0; k < n_slots; k++)
        s.pairs[k] = NO_PAIR;
    return s;
}

static void close_sums(struct sums *s)
{
    free(s->pairs);
    free(s->sums);
}

// adds to the sum of a pair; to take away, add the negative number
static void add_to_sum(struct sums *s, uint64_t pair, uint64_t count)
{
    if (s->n_used * 2 >= s->n_slots) {
        struct sums larger = open_sums(s->n_slots * 2);
        for (size_t k = 0; k < s->n_slots; k++)
            if (s->pairs[k] != NO_PAIR && s->sums[k] > 0)
                add_to_sum(&larger, s->pairs[k], s->sums[k]);
        close_sums(s);
        *s = larger;
    }
    const size_t slot = slot_of(s, pair);
    s->n_used += s->pairs[slot] == NO_PAIR;
    s->pairs[slot] = pair;
    s->sums[slot] += count;
}

static void add_word(struct sums *s, const uint32_t *ids, size_t n, uint64_t count)
{
    for (size_t k = 1; k < n; k++)
        add_to_sum(s, pair_of(ids[k - 1], ids[k]), count);
}

// of the pairs with this sum the one that stands first
static uint64_t first_with(const struct sums *s, const struct words *words, uint64_t sum)
{
    const uint32_t *ids = words->ids;
    for (size_t w = 0; w < words->n_words; ids += words->lengths[w], w++)
        for (size_t k = 1; k < words->lengths[w]; k++) {
            const uint64_t pair = pair_of(ids[k - 1], ids[k]);
            if (s->sums[slot_of(s, pair)] == sum)
                return pair;
        }
    return NO_PAIR;
}

static uint64_t most_frequent(const struct sums *s, const struct words *words)
{
    uint64_t best = 0, pair = NO_PAIR;
    size_t n_best = 0;
    for (size_t k = 0; k < s->n_slots; k++) {
        const uint64_t sum = s->sums[k];
        n_best = sum > best ? 1 : n_best + (sum == best);
        pair = sum > best ? s->pairs[k] : pair;
        best = sum > best ? sum : best;
    }
    return best == 0 ? NO_PAIR : n_best > 1 ? first_with(s, words, best) : pair;
}

// joins a pair in every word, and keeps the sums up to date
static void join_in_words(struct sums *s, struct words *words, uint64_t pair,
                          uint32_t merged)
{
    const uint32_t left = (uint32_t)(pair >> 32), right = (uint32_t)pair;
    const uint32_t *from = words->ids;
    uint32_t *to = words->ids;
    for (size_t w = 0; w < words->n_words; w++) {
        const size_t n = words->lengths[w];
        size_t n_left = 0;
        bool joins = false;
        for (size_t k = 1; k < n && !joins; k++)
            joins = from[k - 1] == left && from[k] == right;
        if (joins)
            add_word(s, from, n, -words->counts[w]);
        for (size_t k = 0; k < n; k++) {
            const bool here = k + 1 < n && from[k] == left && from[k + 1] == right;
            to[n_left++] = here ? merged : from[k];
            k += here;
        }
        if (joins)
            add_word(s, to, n_left, words->counts[w]);
        words->lengths[w] = n_left;
        from += n;
        to += n_left;
    }
    words->n_ids = (size_t)(to - words->ids);
}

// more merges, until there are n, or no pair is left
static void learn(struct vocabulary *v, struct words *words, size_t n)
{
    struct sums s = open_sums(1 << 14);
    const uint32_t *ids = words->ids;
    for (size_t w = 0; w < words->n_words; ids += words->lengths[w], w++)
        add_word(&s, ids, words->lengths[w], words->counts[w]);
    while (v->n_merges < n) {
        const uint64_t pair = most_frequent(&s, words);
        if (pair == NO_PAIR)
            break;
        join_in_words(&s, words, pair, (uint32_t)v->vocab_size);
        add_piece(v, (uint32_t)(pair >> 32), (uint32_t)pair);
    }
    close_sums(&s);
}

/*
### Encoding, and the table of words
*/

// different strings, numbered in the order in which they come
struct dictionary {
    const unsigned char **starts; // [n] what each points to stays where it is
    size_t *lengths;              // [n]
    uint32_t *slots;              // [n_slots] number + 1; 0: free
    size_t n, n_slots;
};

// eight bytes at a time, multiplied and folded
static uint64_t hash_of(const unsigned char *s, size_t n)
{
    uint64_t h = n * 0x9E3779B97F4A7C15u;
    for (; n >= 8; s += 8, n -= 8) {
        uint64_t bytes;
        memcpy(&bytes, s, 8);
        h = (h ^ bytes) * 0xBF58476D1CE4E5B9u;
        h ^= h >> 32;
    }
    uint64_t rest = 0;
    for (size_t k = 0; k < n; k++)
        rest = rest << 8 | s[k];
    h = (h ^ rest) * 0x94D049BB133111EBu;
    return h ^ h >> 32;
}

static uint32_t *find_slot(const struct dictionary *d, const unsigned char *s, size_t n)
{
    size_t slot = (size_t)hash_of(s, n) & (d->n_slots - 1);
    while (d->slots[slot] != 0) {
        const uint32_t k = d->slots[slot] - 1;
        if (d->lengths[k] == n && memcmp(d->starts[k], s, n) == 0)
            break;
        slot = (slot + 1) & (d->n_slots - 1);
    }
    return d->slots + slot;
}

static void grow_dictionary(struct dictionary *d)
{
    const size_t n_slots = d->n_slots == 0 ? 1024 : d->n_slots * 2;
    free(d->slots);
    d->slots = allocate(n_slots, sizeof *d->slots);
    d->n_slots = n_slots;
    d->starts = reallocate(d->starts, n_slots, sizeof *d->starts);
    d->lengths = reallocate(d->lengths, n_slots, sizeof *d->lengths);
    for (size_t k = 0; k < d->n; k++)
        *find_slot(d, d->starts[k], d->lengths[k]) = (uint32_t)k + 1;
}

// the number of a string; a new one gets the next
static size_t number_of(struct dictionary *d, const unsigned char *s, size_t n)
{
    if (d->n * 2 >= d->n_slots)
        grow_dictionary(d);
    uint32_t *slot = find_slot(d, s, n);
    if (*slot == 0) {
        d->starts[d->n] = s;
        d->lengths[d->n] = n;
        *slot = (uint32_t)++d->n;
    }
    return *slot - 1;
}

static void close_dictionary(struct dictionary *d)
{
    free(d->slots);
    free(d->starts);
    free(d->lengths);
}

// ids that become more
struct ids {
    uint32_t *ids;
    size_t n, room;
};

static void make_room(struct ids *ids, size_t n)
{
    if (ids->n + n > ids->room) {
        ids->room = (ids->n + n) * 2;
        ids->ids = reallocate(ids->ids, ids->room, sizeof *ids->ids);
    }
}

// A vocabulary at work, and the words that it has met: word k became the ids
// known.ids[firsts[k]] to known.ids[firsts[k + 1] - 1].
struct encoder {
    const struct vocabulary *v;
    struct dictionary words;
    struct ids known;
    size_t *firsts, room;
    bool remembers; // false: each word is joined anew
};

// appends the ids of one word; false if bpe_encode is not written
static bool join_word(struct ids *out, const struct vocabulary *v, const unsigned char *s,
                      size_t n)
{
    uint32_t few[64], *bytes = n <= 64 ? few : allocate(n, sizeof *bytes);
    size_t n_out = 0;
    for (size_t k = 0; k < n; k++)
        bytes[k] = v->byte_ids[s[k]];
    make_room(out, n);
    const bool good =
        bpe_encode(out->ids + out->n, &n_out, bytes, v->keys, v->made, n, v->n_merges);
    out->n += n_out;
    if (bytes != few)
        free(bytes);
    return good;
}

// A word that was met before is copied: the rows of a table once more.
static bool encode_word(struct ids *out, struct encoder *e, const unsigned char *s,
                        size_t n)
{
    const size_t n_met = e->words.n;
    if (!e->remembers)
        return join_word(out, e->v, s, n);
    const size_t word = number_of(&e->words, s, n);
    if (word == n_met) {
        if (word + 2 > e->room) {
            e->room = (word + 2) * 2;
            e->firsts = reallocate(e->firsts, e->room, sizeof *e->firsts);
        }
        e->firsts[word] = e->known.n;
        if (!join_word(&e->known, e->v, s, n))
            return false;
        e->firsts[word + 1] = e->known.n;
    }
    const size_t first = e->firsts[word], n_ids = e->firsts[word + 1] - first;
    make_room(out, n_ids);
    for (size_t k = 0; k < n_ids; k++)
        out->ids[out->n++] = e->known.ids[first + k];
    return true;
}

static void close_encoder(struct encoder *e)
{
    close_dictionary(&e->words);
    free(e->known.ids);
    free(e->firsts);
}

// the words of a text: ends [n_words]; NULL if pre_tokenize is not written
static size_t *cut(size_t *n_words, struct text text)
{
    unsigned char *kinds = allocate(text.size, 1);
    size_t *ends = reallocate(NULL, text.size + 1, sizeof *ends);
    classify(kinds, text.bytes, text.size);
    if (!pre_tokenize(ends, n_words, text.bytes, kinds, text.size)) {
        free(ends);
        ends = NULL;
    }
    free(kinds);
    return ends;
}

// appends the ids of a text; false if an exercise is missing
static bool encode(struct ids *out, struct encoder *e, struct text text)
{
    size_t n_words, *ends = cut(&n_words, text), start = 0;
    bool good = ends != NULL;
    for (size_t w = 0; good && w < n_words; start = ends[w++])
        good = encode_word(out, e, text.bytes + start, ends[w] - start);
    free(ends);
    return good;
}

// GPT-2's order of the bytes: first those that one can see, then all the others
static bool is_visible(size_t byte)
{
    return (byte > 0x20 && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
}

// room for n merges; the first 256 rows are the bytes, in the order of their values or in
// GPT-2's
static struct vocabulary open_vocabulary(size_t n_merges, bool as_gpt2)
{
    struct vocabulary v = {.room = N_BYTES};
    v.pieces = reallocate(NULL, v.room, 1);
    v.starts = reallocate(NULL, N_BYTES + n_merges + 1, sizeof *v.starts);
    v.parts = reallocate(NULL, n_merges, 2 * sizeof *v.parts);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t byte = 0; byte < N_BYTES; byte++)
            if ((pass == 0) == (!as_gpt2 || is_visible(byte))) {
                v.pieces[v.vocab_size] = (unsigned char)byte;
                v.starts[v.vocab_size] = v.vocab_size;
                v.byte_ids[byte] = (uint32_t)v.vocab_size++;
            }
    v.starts[v.vocab_size] = v.vocab_size;
    return v;
}

struct rule {
    uint64_t key;
    uint32_t made;
};

static int compare_rules(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

// keys and made, once all merges are there
static void sort_merges(struct vocabulary *v)
{
    struct rule *rules = allocate(v->n_merges, sizeof *rules);
    for (size_t m = 0; m < v->n_merges; m++)
        rules[m] = (struct rule){pair_of(v->parts[2 * m], v->parts[2 * m + 1]),
                                 (uint32_t)(N_BYTES + m)};
    qsort(rules, v->n_merges, sizeof *rules, compare_rules);
    v->keys = reallocate(v->keys, v->n_merges, sizeof *v->keys);
    v->made = reallocate(v->made, v->n_merges, sizeof *v->made);
    for (size_t m = 0; m < v->n_merges; m++) {
        v->keys[m] = rules[m].key;
        v->made[m] = rules[m].made;
    }
    free(rules);
}

static void close_vocabulary(struct vocabulary *v)
{
    free(v->pieces);
    free(v->starts);
    free(v->parts);
    free(v->keys);
    free(v->made);
}

static void close_words(struct words *words)
{
    free(words->ids);
    free(words->lengths);
    free(words->counts);
}

// a text as a single word, in bytes
static struct words one_word(struct text text)
{
    struct words words = {.n_words = 1, .n_ids = text.size};
    words.ids = reallocate(NULL, text.size, sizeof *words.ids);
    words.lengths = reallocate(NULL, 1, sizeof *words.lengths);
    words.counts = reallocate(NULL, 1, sizeof *words.counts);
    words.lengths[0] = text.size;
    words.counts[0] = 1;
    for (size_t t = 0; t < text.size; t++)
        words.ids[t] = text.bytes[t];
    return words;
}

// the different words of a text, in the order in which they come, in bytes; none of them
// if pre_tokenize is not written
static struct words different_words(struct text text)
{
    struct dictionary d = {0};
    struct words words = {0};
    size_t n_words, room = 0, start = 0, *ends = cut(&n_words, text);
    for (size_t w = 0; ends && w < n_words; start = ends[w++]) {
        const size_t k = number_of(&d, text.bytes + start, ends[w] - start);
        if (d.n > room) {
            room = d.n * 2;
            words.counts = reallocate(words.counts, room, sizeof *words.counts);
        }
        words.counts[k] = k < words.n_words ? words.counts[k] + 1 : 1;
        words.n_words = d.n;
        words.n_ids += words.counts[k] == 1 ? d.lengths[k] : 0;
    }
    words.ids = reallocate(NULL, words.n_ids, sizeof *words.ids);
    words.lengths = reallocate(NULL, d.n, sizeof *words.lengths);
    for (size_t w = 0, n = 0; w < d.n; w++) {
        words.lengths[w] = d.lengths[w];
        for (size_t k = 0; k < d.lengths[w]; k++)
            words.ids[n++] = d.starts[w][k];
    }
    close_dictionary(&d);
    free(ends);
    return words;
}

// ---- files

// all of a file; what cannot be read ends the program with a sentence
static struct text read_file(const char *path, const char *advice)
{
    enum { MOST = 100000000 };
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up(1, "there is no file %s that can be read%s", path, advice);
    struct text text = {reallocate(NULL, 1 << 16, 1), 0};
    size_t room = 1 << 16, n;
    while ((n = fread(text.bytes + text.size, 1, room - text.size, file)) > 0) {
        text.size += n;
        if (text.size > MOST)
            give_up(1, "%s is larger than 100 MB", path);
        if (text.size == room)
            text.bytes = reallocate(text.bytes, room *= 2, 1);
    }
    if (ferror(file))
        give_up(1, "%s cannot be read: is it a folder?", path);
    fclose(file);
    return text;
}

// The bytes of a word of the file: there each byte is written as a character that one can
// see, the byte itself or, for number k of the others, character 256 + k. The length, or 0.
static size_t read_piece(unsigned char *out, const struct vocabulary *v,
                         const unsigned char *s, size_t n)
{
    const size_t n_visible = v->byte_ids[0]; // the first byte that is not
    size_t length = 0;
    for (size_t t = 0, step; t < n; t += step) {
        uint32_t c;
        step = read_character(&c, s + t, n - t);
        const size_t id = c < N_BYTES ? v->byte_ids[c] : c - N_BYTES + n_visible;
        if (step == 0 || id >= N_BYTES || (c < N_BYTES && id >= n_visible))
            return 0;
        out[length++] = v->pieces[id];
    }
    return length;
}

// One line of the file: two pieces that are there already, with a space between them.
static bool read_merge(struct vocabulary *v, struct dictionary *d, unsigned char *room,
                       const unsigned char *line, size_t n)
{
    const unsigned char *space = memchr(line, ' ', n);
    if (!space)
        return false;
    const size_t n_left = (size_t)(space - line), before = d->n;
    const size_t left_size = read_piece(room, v, line, n_left);
    const size_t right_size = read_piece(room + left_size, v, space + 1, n - n_left - 1);
    if (left_size == 0 || right_size == 0)
        return false;
    const size_t left = number_of(d, room, left_size);
    const size_t right = number_of(d, room + left_size, right_size);
    if (d->n != before)
        return false;
    add_piece(v, (uint32_t)left, (uint32_t)right);
    return number_of(d, room, left_size + right_size) == before;
}

// The first n merges of a file in the form of GPT-2's vocab.bpe.
static struct vocabulary read_merges(const char *path, size_t n)
{
    struct text file = read_file(path, ": run the program from the course's folder");
    struct vocabulary v = open_vocabulary(n, true);
    struct dictionary d = {0};
    unsigned char *copies = reallocate(NULL, file.size + N_BYTES, 1), *room = copies;
    for (size_t id = 0; id < N_BYTES; id++, room++) {
        *room = v.pieces[id];
        number_of(&d, room, 1);
    }
    size_t n_lines = 0;
    for (size_t at = 0, end; at < file.size && v.n_merges < n; at = end + 1) {
        const unsigned char *line = file.bytes + at;
        const unsigned char *newline = memchr(line, '\n', file.size - at);
        end = newline ? (size_t)(newline - file.bytes) : file.size;
        n_lines++;
        if (*line == '#' && n_lines == 1)
            continue;
        if (!read_merge(&v, &d, room, line, end - at))
            give_up(1, "%s, line %zu: this is not two pieces that make a new one", path,
                    n_lines);
        room += d.lengths[d.n - 1];
    }
    if (v.n_merges < n)
        give_up(1, "%s holds %zu merges, and %zu are asked for", path, v.n_merges, n);
    close_dictionary(&d);
    free(copies);
    free(file.bytes);
    sort_merges(&v);
    return v;
}
static struct words copy_of(const struct words *words)
{
    struct words copy = {.n_words = words->n_words, .n_ids = words->n_ids};
    copy.ids = reallocate(NULL, copy.n_ids, sizeof *copy.ids);
    copy.lengths = reallocate(NULL, copy.n_words, sizeof *copy.lengths);
    copy.counts = reallocate(NULL, copy.n_words, sizeof *copy.counts);
    memcpy(copy.ids, words->ids, copy.n_ids * sizeof *copy.ids);
    memcpy(copy.lengths, words->lengths, copy.n_words * sizeof *copy.lengths);
    memcpy(copy.counts, words->counts, copy.n_words * sizeof *copy.counts);
    return copy;
}

static bool can_encode(const struct vocabulary *v)
{
    struct ids ids = {0};
    const bool good = join_word(&ids, v, (const unsigned char *)"a", 1);
    free(ids.ids);
    return good;
}

// a string as a text; nothing writes to it
static struct text text_of(const char *s)
{
    return (struct text){(unsigned char *)(uintptr_t)s, strlen(s)};
}

// names the exercise that is missing on the way from text to ids, the first if both are
static void waits_for_encoding(void)
{
    size_t n_words, *ends = cut(&n_words, text_of("a"));
    if (!ends)
        waits_for("11.3", "pre_tokenize");
    else
        waits_for("11.4", "bpe_encode");
    free(ends);
}

/*
### Letters and numbers of Unicode {#ids-unicode}

Each range is the first and the last of the characters that it holds. The two tables were
printed by Perl, which has Unicode's own tables inside; `perl -MUnicode::UCD -e 'print
Unicode::UCD::UnicodeVersion()'` says which version (ours was 14.0.0). Run this, and
compare:

```
for class in L N; do
  perl -e 'for (0 .. 0x110000) {
    $in = chr =~ /\p{'$class'}/;
    printf "{0x%X,", $_ if $in && !$was;
    printf "0x%X},", $_ - 1
      if !$in && $was;
    $was = $in }'; echo
done
```

A later version has more ranges and splits none of the old characters off; a text that
uses none of the new characters is cut as before. The white space is short enough to be
read.
*/

struct range {
    uint32_t first, last;
};

// clang-format off
static const struct range letters[] = {
   {0x41,0x5A},{0x61,0x7A},{0xAA,0xAA},{0xB5,0xB5},{0xBA,0xBA},{0xC0,0xD6},{0xD8,0xF6},
   {0xF8,0x2C1},{0x2C6,0x2D1},{0x2E0,0x2E4},{0x2EC,0x2EC},{0x2EE,0x2EE},{0x370,0x374},
   {0x376,0x377},{0x37A,0x37D},{0x37F,0x37F},{0x386,0x386},{0x388,0x38A},{0x38C,0x38C},
   {0x38E,0x3A1},{0x3A3,0x3F5},{0x3F7,0x481},{0x48A,0x52F},{0x531,0x556},{0x559,0x559},
   {0x560,0x588},{0x5D0,0x5EA},{0x5EF,0x5F2},{0x620,0x64A},{0x66E,0x66F},{0x671,0x6D3},
   {0x6D5,0x6D5},{0x6E5,0x6E6},{0x6EE,0x6EF},{0x6FA,0x6FC},{0x6FF,0x6FF},{0x710,0x710},
   {0x712,0x72F},{0x74D,0x7A5},{0x7B1,0x7B1},{0x7CA,0x7EA},{0x7F4,0x7F5},{0x7FA,0x7FA},
   {0x800,0x815},{0x81A,0x81A},{0x824,0x824},{0x828,0x828},{0x840,0x858},{0x860,0x86A},
   {0x870,0x887},{0x889,0x88E},{0x8A0,0x8C9},{0x904,0x939},{0x93D,0x93D},{0x950,0x950},
   {0x958,0x961},{0x971,0x980},{0x985,0x98C},{0x98F,0x990},{0x993,0x9A8},{0x9AA,0x9B0},
   {0x9B2,0x9B2},{0x9B6,0x9B9},{0x9BD,0x9BD},{0x9CE,0x9CE},{0x9DC,0x9DD},{0x9DF,0x9E1},
   {0x9F0,0x9F1},{0x9FC,0x9FC},{0xA05,0xA0A},{0xA0F,0xA10},{0xA13,0xA28},{0xA2A,0xA30},
   {0xA32,0xA33},{0xA35,0xA36},{0xA38,0xA39},{0xA59,0xA5C},{0xA5E,0xA5E},{0xA72,0xA74},
   {0xA85,0xA8D},{0xA8F,0xA91},{0xA93,0xAA8},{0xAAA,0xAB0},{0xAB2,0xAB3},{0xAB5,0xAB9},
   {0xABD,0xABD},{0xAD0,0xAD0},{0xAE0,0xAE1},{0xAF9,0xAF9},{0xB05,0xB0C},{0xB0F,0xB10},
   {0xB13,0xB28},{0xB2A,0xB30},{0xB32,0xB33},{0xB35,0xB39},{0xB3D,0xB3D},{0xB5C,0xB5D},
   {0xB5F,0xB61},{0xB71,0xB71},{0xB83,0xB83},{0xB85,0xB8A},{0xB8E,0xB90},{0xB92,0xB95},
   {0xB99,0xB9A},{0xB9C,0xB9C},{0xB9E,0xB9F},{0xBA3,0xBA4},{0xBA8,0xBAA},{0xBAE,0xBB9},
   {0xBD0,0xBD0},{0xC05,0xC0C},{0xC0E,0xC10},{0xC12,0xC28},{0xC2A,0xC39},{0xC3D,0xC3D},
   {0xC58,0xC5A},{0xC5D,0xC5D},{0xC60,0xC61},{0xC80,0xC80},{0xC85,0xC8C},{0xC8E,0xC90},
   {0xC92,0xCA8},{0xCAA,0xCB3},{0xCB5,0xCB9},{0xCBD,0xCBD},{0xCDD,0xCDE},{0xCE0,0xCE1},
   {0xCF1,0xCF2},{0xD04,0xD0C},{0xD0E,0xD10},{0xD12,0xD3A},{0xD3D,0xD3D},{0xD4E,0xD4E},
   {0xD54,0xD56},{0xD5F,0xD61},{0xD7A,0xD7F},{0xD85,0xD96},{0xD9A,0xDB1},{0xDB3,0xDBB},
   {0xDBD,0xDBD},{0xDC0,0xDC6},{0xE01,0xE30},{0xE32,0xE33},{0xE40,0xE46},{0xE81,0xE82},
   {0xE84,0xE84},{0xE86,0xE8A},{0xE8C,0xEA3},{0xEA5,0xEA5},{0xEA7,0xEB0},{0xEB2,0xEB3},
   {0xEBD,0xEBD},{0xEC0,0xEC4},{0xEC6,0xEC6},{0xEDC,0xEDF},{0xF00,0xF00},{0xF40,0xF47},
   {0xF49,0xF6C},{0xF88,0xF8C},{0x1000,0x102A},{0x103F,0x103F},{0x1050,0x1055},
   {0x105A,0x105D},{0x1061,0x1061},{0x1065,0x1066},{0x106E,0x1070},{0x1075,0x1081},
   {0x108E,0x108E},{0x10A0,0x10C5},{0x10C7,0x10C7},{0x10CD,0x10CD},{0x10D0,0x10FA},
   {0x10FC,0x1248},{0x124A,0x124D},{0x1250,0x1256},{0x1258,0x1258},{0x125A,0x125D},
   {0x1260,0x1288},{0x128A,0x128D},{0x1290,0x12B0},{0x12B2,0x12B5},{0x12B8,0x12BE},
   {0x12C0,0x12C0},{0x12C2,0x12C5},{0x12C8,0x12D6},{0x12D8,0x1310},{0x1312,0x1315},
   {0x1318,0x135A},{0x1380,0x138F},{0x13A0,0x13F5},{0x13F8,0x13FD},{0x1401,0x166C},
   {0x166F,0x167F},{0x1681,0x169A},{0x16A0,0x16EA},{0x16F1,0x16F8},{0x1700,0x1711},
   {0x171F,0x1731},{0x1740,0x1751},{0x1760,0x176C},{0x176E,0x1770},{0x1780,0x17B3},
   {0x17D7,0x17D7},{0x17DC,0x17DC},{0x1820,0x1878},{0x1880,0x1884},{0x1887,0x18A8},
   {0x18AA,0x18AA},{0x18B0,0x18F5},{0x1900,0x191E},{0x1950,0x196D},{0x1970,0x1974},
   {0x1980,0x19AB},{0x19B0,0x19C9},{0x1A00,0x1A16},{0x1A20,0x1A54},{0x1AA7,0x1AA7},
   {0x1B05,0x1B33},{0x1B45,0x1B4C},{0x1B83,0x1BA0},{0x1BAE,0x1BAF},{0x1BBA,0x1BE5},
   {0x1C00,0x1C23},{0x1C4D,0x1C4F},{0x1C5A,0x1C7D},{0x1C80,0x1C88},{0x1C90,0x1CBA},
   {0x1CBD,0x1CBF},{0x1CE9,0x1CEC},{0x1CEE,0x1CF3},{0x1CF5,0x1CF6},{0x1CFA,0x1CFA},
   {0x1D00,0x1DBF},{0x1E00,0x1F15},{0x1F18,0x1F1D},{0x1F20,0x1F45},{0x1F48,0x1F4D},
   {0x1F50,0x1F57},{0x1F59,0x1F59},{0x1F5B,0x1F5B},{0x1F5D,0x1F5D},{0x1F5F,0x1F7D},
   {0x1F80,0x1FB4},{0x1FB6,0x1FBC},{0x1FBE,0x1FBE},{0x1FC2,0x1FC4},{0x1FC6,0x1FCC},
   {0x1FD0,0x1FD3},{0x1FD6,0x1FDB},{0x1FE0,0x1FEC},{0x1FF2,0x1FF4},{0x1FF6,0x1FFC},
   {0x2071,0x2071},{0x207F,0x207F},{0x2090,0x209C},{0x2102,0x2102},{0x2107,0x2107},
   {0x210A,0x2113},{0x2115,0x2115},{0x2119,0x211D},{0x2124,0x2124},{0x2126,0x2126},
   {0x2128,0x2128},{0x212A,0x212D},{0x212F,0x2139},{0x213C,0x213F},{0x2145,0x2149},
   {0x214E,0x214E},{0x2183,0x2184},{0x2C00,0x2CE4},{0x2CEB,0x2CEE},{0x2CF2,0x2CF3},
   {0x2D00,0x2D25},{0x2D27,0x2D27},{0x2D2D,0x2D2D},{0x2D30,0x2D67},{0x2D6F,0x2D6F},
   {0x2D80,0x2D96},{0x2DA0,0x2DA6},{0x2DA8,0x2DAE},{0x2DB0,0x2DB6},{0x2DB8,0x2DBE},
   {0x2DC0,0x2DC6},{0x2DC8,0x2DCE},{0x2DD0,0x2DD6},{0x2DD8,0x2DDE},{0x2E2F,0x2E2F},
   {0x3005,0x3006},{0x3031,0x3035},{0x303B,0x303C},{0x3041,0x3096},{0x309D,0x309F},
   {0x30A1,0x30FA},{0x30FC,0x30FF},{0x3105,0x312F},{0x3131,0x318E},{0x31A0,0x31BF},
   {0x31F0,0x31FF},{0x3400,0x4DBF},{0x4E00,0xA48C},{0xA4D0,0xA4FD},{0xA500,0xA60C},
   {0xA610,0xA61F},{0xA62A,0xA62B},{0xA640,0xA66E},{0xA67F,0xA69D},{0xA6A0,0xA6E5},
   {0xA717,0xA71F},{0xA722,0xA788},{0xA78B,0xA7CA},{0xA7D0,0xA7D1},{0xA7D3,0xA7D3},
   {0xA7D5,0xA7D9},{0xA7F2,0xA801},{0xA803,0xA805},{0xA807,0xA80A},{0xA80C,0xA822},
   {0xA840,0xA873},{0xA882,0xA8B3},{0xA8F2,0xA8F7},{0xA8FB,0xA8FB},{0xA8FD,0xA8FE},
   {0xA90A,0xA925},{0xA930,0xA946},{0xA960,0xA97C},{0xA984,0xA9B2},{0xA9CF,0xA9CF},
   {0xA9E0,0xA9E4},{0xA9E6,0xA9EF},{0xA9FA,0xA9FE},{0xAA00,0xAA28},{0xAA40,0xAA42},
   {0xAA44,0xAA4B},{0xAA60,0xAA76},{0xAA7A,0xAA7A},{0xAA7E,0xAAAF},{0xAAB1,0xAAB1},
   {0xAAB5,0xAAB6},{0xAAB9,0xAABD},{0xAAC0,0xAAC0},{0xAAC2,0xAAC2},{0xAADB,0xAADD},
   {0xAAE0,0xAAEA},{0xAAF2,0xAAF4},{0xAB01,0xAB06},{0xAB09,0xAB0E},{0xAB11,0xAB16},
   {0xAB20,0xAB26},{0xAB28,0xAB2E},{0xAB30,0xAB5A},{0xAB5C,0xAB69},{0xAB70,0xABE2},
   {0xAC00,0xD7A3},{0xD7B0,0xD7C6},{0xD7CB,0xD7FB},{0xF900,0xFA6D},{0xFA70,0xFAD9},
   {0xFB00,0xFB06},{0xFB13,0xFB17},{0xFB1D,0xFB1D},{0xFB1F,0xFB28},{0xFB2A,0xFB36},
   {0xFB38,0xFB3C},{0xFB3E,0xFB3E},{0xFB40,0xFB41},{0xFB43,0xFB44},{0xFB46,0xFBB1},
   {0xFBD3,0xFD3D},{0xFD50,0xFD8F},{0xFD92,0xFDC7},{0xFDF0,0xFDFB},{0xFE70,0xFE74},
   {0xFE76,0xFEFC},{0xFF21,0xFF3A},{0xFF41,0xFF5A},{0xFF66,0xFFBE},{0xFFC2,0xFFC7},
   {0xFFCA,0xFFCF},{0xFFD2,0xFFD7},{0xFFDA,0xFFDC},{0x10000,0x1000B},{0x1000D,0x10026},
   {0x10028,0x1003A},{0x1003C,0x1003D},{0x1003F,0x1004D},{0x10050,0x1005D},
   {0x10080,0x100FA},{0x10280,0x1029C},{0x102A0,0x102D0},{0x10300,0x1031F},
   {0x1032D,0x10340},{0x10342,0x10349},{0x10350,0x10375},{0x10380,0x1039D},
   {0x103A0,0x103C3},{0x103C8,0x103CF},{0x10400,0x1049D},{0x104B0,0x104D3},
   {0x104D8,0x104FB},{0x10500,0x10527},{0x10530,0x10563},{0x10570,0x1057A},
   {0x1057C,0x1058A},{0x1058C,0x10592},{0x10594,0x10595},{0x10597,0x105A1},
   {0x105A3,0x105B1},{0x105B3,0x105B9},{0x105BB,0x105BC},{0x10600,0x10736},
   {0x10740,0x10755},{0x10760,0x10767},{0x10780,0x10785},{0x10787,0x107B0},
   {0x107B2,0x107BA},{0x10800,0x10805},{0x10808,0x10808},{0x1080A,0x10835},
   {0x10837,0x10838},{0x1083C,0x1083C},{0x1083F,0x10855},{0x10860,0x10876},
   {0x10880,0x1089E},{0x108E0,0x108F2},{0x108F4,0x108F5},{0x10900,0x10915},
   {0x10920,0x10939},{0x10980,0x109B7},{0x109BE,0x109BF},{0x10A00,0x10A00},
   {0x10A10,0x10A13},{0x10A15,0x10A17},{0x10A19,0x10A35},{0x10A60,0x10A7C},
   {0x10A80,0x10A9C},{0x10AC0,0x10AC7},{0x10AC9,0x10AE4},{0x10B00,0x10B35},
   {0x10B40,0x10B55},{0x10B60,0x10B72},{0x10B80,0x10B91},{0x10C00,0x10C48},
   {0x10C80,0x10CB2},{0x10CC0,0x10CF2},{0x10D00,0x10D23},{0x10E80,0x10EA9},
   {0x10EB0,0x10EB1},{0x10F00,0x10F1C},{0x10F27,0x10F27},{0x10F30,0x10F45},
   {0x10F70,0x10F81},{0x10FB0,0x10FC4},{0x10FE0,0x10FF6},{0x11003,0x11037},
   {0x11071,0x11072},{0x11075,0x11075},{0x11083,0x110AF},{0x110D0,0x110E8},
   {0x11103,0x11126},{0x11144,0x11144},{0x11147,0x11147},{0x11150,0x11172},
   {0x11176,0x11176},{0x11183,0x111B2},{0x111C1,0x111C4},{0x111DA,0x111DA},
   {0x111DC,0x111DC},{0x11200,0x11211},{0x11213,0x1122B},{0x11280,0x11286},
   {0x11288,0x11288},{0x1128A,0x1128D},{0x1128F,0x1129D},{0x1129F,0x112A8},
   {0x112B0,0x112DE},{0x11305,0x1130C},{0x1130F,0x11310},{0x11313,0x11328},
   {0x1132A,0x11330},{0x11332,0x11333},{0x11335,0x11339},{0x1133D,0x1133D},
   {0x11350,0x11350},{0x1135D,0x11361},{0x11400,0x11434},{0x11447,0x1144A},
   {0x1145F,0x11461},{0x11480,0x114AF},{0x114C4,0x114C5},{0x114C7,0x114C7},
   {0x11580,0x115AE},{0x115D8,0x115DB},{0x11600,0x1162F},{0x11644,0x11644},
   {0x11680,0x116AA},{0x116B8,0x116B8},{0x11700,0x1171A},{0x11740,0x11746},
   {0x11800,0x1182B},{0x118A0,0x118DF},{0x118FF,0x11906},{0x11909,0x11909},
   {0x1190C,0x11913},{0x11915,0x11916},{0x11918,0x1192F},{0x1193F,0x1193F},
   {0x11941,0x11941},{0x119A0,0x119A7},{0x119AA,0x119D0},{0x119E1,0x119E1},
   {0x119E3,0x119E3},{0x11A00,0x11A00},{0x11A0B,0x11A32},{0x11A3A,0x11A3A},
   {0x11A50,0x11A50},{0x11A5C,0x11A89},{0x11A9D,0x11A9D},{0x11AB0,0x11AF8},
   {0x11C00,0x11C08},{0x11C0A,0x11C2E},{0x11C40,0x11C40},{0x11C72,0x11C8F},
   {0x11D00,0x11D06},{0x11D08,0x11D09},{0x11D0B,0x11D30},{0x11D46,0x11D46},
   {0x11D60,0x11D65},{0x11D67,0x11D68},{0x11D6A,0x11D89},{0x11D98,0x11D98},
   {0x11EE0,0x11EF2},{0x11FB0,0x11FB0},{0x12000,0x12399},{0x12480,0x12543},
   {0x12F90,0x12FF0},{0x13000,0x1342E},{0x14400,0x14646},{0x16800,0x16A38},
   {0x16A40,0x16A5E},{0x16A70,0x16ABE},{0x16AD0,0x16AED},{0x16B00,0x16B2F},
   {0x16B40,0x16B43},{0x16B63,0x16B77},{0x16B7D,0x16B8F},{0x16E40,0x16E7F},
   {0x16F00,0x16F4A},{0x16F50,0x16F50},{0x16F93,0x16F9F},{0x16FE0,0x16FE1},
   {0x16FE3,0x16FE3},{0x17000,0x187F7},{0x18800,0x18CD5},{0x18D00,0x18D08},
   {0x1AFF0,0x1AFF3},{0x1AFF5,0x1AFFB},{0x1AFFD,0x1AFFE},{0x1B000,0x1B122},
   {0x1B150,0x1B152},{0x1B164,0x1B167},{0x1B170,0x1B2FB},{0x1BC00,0x1BC6A},
   {0x1BC70,0x1BC7C},{0x1BC80,0x1BC88},{0x1BC90,0x1BC99},{0x1D400,0x1D454},
   {0x1D456,0x1D49C},{0x1D49E,0x1D49F},{0x1D4A2,0x1D4A2},{0x1D4A5,0x1D4A6},
   {0x1D4A9,0x1D4AC},{0x1D4AE,0x1D4B9},{0x1D4BB,0x1D4BB},{0x1D4BD,0x1D4C3},
   {0x1D4C5,0x1D505},{0x1D507,0x1D50A},{0x1D50D,0x1D514},{0x1D516,0x1D51C},
   {0x1D51E,0x1D539},{0x1D53B,0x1D53E},{0x1D540,0x1D544},{0x1D546,0x1D546},
   {0x1D54A,0x1D550},{0x1D552,0x1D6A5},{0x1D6A8,0x1D6C0},{0x1D6C2,0x1D6DA},
   {0x1D6DC,0x1D6FA},{0x1D6FC,0x1D714},{0x1D716,0x1D734},{0x1D736,0x1D74E},
   {0x1D750,0x1D76E},{0x1D770,0x1D788},{0x1D78A,0x1D7A8},{0x1D7AA,0x1D7C2},
   {0x1D7C4,0x1D7CB},{0x1DF00,0x1DF1E},{0x1E100,0x1E12C},{0x1E137,0x1E13D},
   {0x1E14E,0x1E14E},{0x1E290,0x1E2AD},{0x1E2C0,0x1E2EB},{0x1E7E0,0x1E7E6},
   {0x1E7E8,0x1E7EB},{0x1E7ED,0x1E7EE},{0x1E7F0,0x1E7FE},{0x1E800,0x1E8C4},
   {0x1E900,0x1E943},{0x1E94B,0x1E94B},{0x1EE00,0x1EE03},{0x1EE05,0x1EE1F},
   {0x1EE21,0x1EE22},{0x1EE24,0x1EE24},{0x1EE27,0x1EE27},{0x1EE29,0x1EE32},
   {0x1EE34,0x1EE37},{0x1EE39,0x1EE39},{0x1EE3B,0x1EE3B},{0x1EE42,0x1EE42},
   {0x1EE47,0x1EE47},{0x1EE49,0x1EE49},{0x1EE4B,0x1EE4B},{0x1EE4D,0x1EE4F},
   {0x1EE51,0x1EE52},{0x1EE54,0x1EE54},{0x1EE57,0x1EE57},{0x1EE59,0x1EE59},
   {0x1EE5B,0x1EE5B},{0x1EE5D,0x1EE5D},{0x1EE5F,0x1EE5F},{0x1EE61,0x1EE62},
   {0x1EE64,0x1EE64},{0x1EE67,0x1EE6A},{0x1EE6C,0x1EE72},{0x1EE74,0x1EE77},
   {0x1EE79,0x1EE7C},{0x1EE7E,0x1EE7E},{0x1EE80,0x1EE89},{0x1EE8B,0x1EE9B},
   {0x1EEA1,0x1EEA3},{0x1EEA5,0x1EEA9},{0x1EEAB,0x1EEBB},{0x20000,0x2A6DF},
   {0x2A700,0x2B738},{0x2B740,0x2B81D},{0x2B820,0x2CEA1},{0x2CEB0,0x2EBE0},
   {0x2F800,0x2FA1D},{0x30000,0x3134A},
};

static const struct range numbers[] = {
   {0x30,0x39},{0xB2,0xB3},{0xB9,0xB9},{0xBC,0xBE},{0x660,0x669},{0x6F0,0x6F9},
   {0x7C0,0x7C9},{0x966,0x96F},{0x9E6,0x9EF},{0x9F4,0x9F9},{0xA66,0xA6F},{0xAE6,0xAEF},
   {0xB66,0xB6F},{0xB72,0xB77},{0xBE6,0xBF2},{0xC66,0xC6F},{0xC78,0xC7E},{0xCE6,0xCEF},
   {0xD58,0xD5E},{0xD66,0xD78},{0xDE6,0xDEF},{0xE50,0xE59},{0xED0,0xED9},{0xF20,0xF33},
   {0x1040,0x1049},{0x1090,0x1099},{0x1369,0x137C},{0x16EE,0x16F0},{0x17E0,0x17E9},
   {0x17F0,0x17F9},{0x1810,0x1819},{0x1946,0x194F},{0x19D0,0x19DA},{0x1A80,0x1A89},
   {0x1A90,0x1A99},{0x1B50,0x1B59},{0x1BB0,0x1BB9},{0x1C40,0x1C49},{0x1C50,0x1C59},
   {0x2070,0x2070},{0x2074,0x2079},{0x2080,0x2089},{0x2150,0x2182},{0x2185,0x2189},
   {0x2460,0x249B},{0x24EA,0x24FF},{0x2776,0x2793},{0x2CFD,0x2CFD},{0x3007,0x3007},
   {0x3021,0x3029},{0x3038,0x303A},{0x3192,0x3195},{0x3220,0x3229},{0x3248,0x324F},
   {0x3251,0x325F},{0x3280,0x3289},{0x32B1,0x32BF},{0xA620,0xA629},{0xA6E6,0xA6EF},
   {0xA830,0xA835},{0xA8D0,0xA8D9},{0xA900,0xA909},{0xA9D0,0xA9D9},{0xA9F0,0xA9F9},
   {0xAA50,0xAA59},{0xABF0,0xABF9},{0xFF10,0xFF19},{0x10107,0x10133},{0x10140,0x10178},
   {0x1018A,0x1018B},{0x102E1,0x102FB},{0x10320,0x10323},{0x10341,0x10341},
   {0x1034A,0x1034A},{0x103D1,0x103D5},{0x104A0,0x104A9},{0x10858,0x1085F},
   {0x10879,0x1087F},{0x108A7,0x108AF},{0x108FB,0x108FF},{0x10916,0x1091B},
   {0x109BC,0x109BD},{0x109C0,0x109CF},{0x109D2,0x109FF},{0x10A40,0x10A48},
   {0x10A7D,0x10A7E},{0x10A9D,0x10A9F},{0x10AEB,0x10AEF},{0x10B58,0x10B5F},
   {0x10B78,0x10B7F},{0x10BA9,0x10BAF},{0x10CFA,0x10CFF},{0x10D30,0x10D39},
   {0x10E60,0x10E7E},{0x10F1D,0x10F26},{0x10F51,0x10F54},{0x10FC5,0x10FCB},
   {0x11052,0x1106F},{0x110F0,0x110F9},{0x11136,0x1113F},{0x111D0,0x111D9},
   {0x111E1,0x111F4},{0x112F0,0x112F9},{0x11450,0x11459},{0x114D0,0x114D9},
   {0x11650,0x11659},{0x116C0,0x116C9},{0x11730,0x1173B},{0x118E0,0x118F2},
   {0x11950,0x11959},{0x11C50,0x11C6C},{0x11D50,0x11D59},{0x11DA0,0x11DA9},
   {0x11FC0,0x11FD4},{0x12400,0x1246E},{0x16A60,0x16A69},{0x16AC0,0x16AC9},
   {0x16B50,0x16B59},{0x16B5B,0x16B61},{0x16E80,0x16E96},{0x1D2E0,0x1D2F3},
   {0x1D360,0x1D378},{0x1D7CE,0x1D7FF},{0x1E140,0x1E149},{0x1E2F0,0x1E2F9},
   {0x1E8C7,0x1E8CF},{0x1E950,0x1E959},{0x1EC71,0x1ECAB},{0x1ECAD,0x1ECAF},
   {0x1ECB1,0x1ECB4},{0x1ED01,0x1ED2D},{0x1ED2F,0x1ED3D},{0x1F100,0x1F10C},
   {0x1FBF0,0x1FBF9},
};

// the 25 characters of Unicode's property White_Space
static const struct range spaces[] = {
    {0x9,0xD},{0x20,0x20},{0x85,0x85},{0xA0,0xA0},{0x1680,0x1680},{0x2000,0x200A},
    {0x2028,0x2029},{0x202F,0x202F},{0x205F,0x205F},{0x3000,0x3000},
};
// clang-format on

enum {
    N_LETTERS = sizeof letters / sizeof *letters,
    N_NUMBERS = sizeof numbers / sizeof *numbers,
    N_SPACES = sizeof spaces / sizeof *spaces
};

static bool is_among(const struct range *ranges, size_t n, uint32_t c)
{
    size_t from = 0, to = n;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (ranges[middle].last < c)
            from = middle + 1;
        else
            to = middle;
    }
    return from < n && ranges[from].first <= c;
}

static unsigned char look_up_kind(uint32_t c)
{
    return is_among(letters, N_LETTERS, c)   ? LETTER
           : is_among(numbers, N_NUMBERS, c) ? NUMBER
           : is_among(spaces, N_SPACES, c)   ? SPACE
                                             : OTHER;
}

static unsigned char kind_of(uint32_t c)
{
    if (c < 0x80)
        return (c | 0x20) - 'a' < 26u      ? LETTER
               : c - '0' < 10u             ? NUMBER
               : c == ' ' || c - '\t' < 5u ? SPACE
                                           : OTHER;
    return look_up_kind(c);
}

/*
### What the program shows
*/

// texts, and the ids that another program for the same merges gives (chapters/data/README.md)
struct example {
    const char *text;
    size_t n_ids;
    uint32_t ids[29];
};

static const struct example examples[] = {
    {"The cat dog", 3, {464, 3797, 3290}},
    {" cat", 1, {3797}},
    {"cat", 1, {9246}},
    {"the cat sat on the mat", 6, {1169, 3797, 3332, 319, 262, 2603}},
    {"Hello, world!", 4, {15496, 11, 995, 0}},
    {"king - man + woman = queen", 7, {3364, 532, 582, 1343, 2415, 796, 16599}},
    {"It is a truth universally acknowledged, that a single man in possession of a good "
     "fortune, must be in want of a wife.",
     26,
     {1026, 318, 257, 3872,  26208, 10810, 11,  326, 257, 2060, 582, 287,  7797,
      286,  257, 922, 15807, 11,    1276,  307, 287, 765, 286,  257, 3656, 13}},
    {"don't we've I'll", 6, {9099, 470, 356, 1053, 314, 1183}},
    {"  two  spaces   three", 7, {220, 734, 220, 9029, 220, 220, 1115}},
    {"tabs\tand\nnewlines\n\n", 8, {8658, 82, 197, 392, 198, 3605, 6615, 628}},
    {"3.14159 and 50257 tokens", 8, {18, 13, 1415, 19707, 290, 2026, 28676, 16326}},
    {"antidisestablishmentarianism", 5, {415, 29207, 44390, 3699, 1042}},
    {"naïve café", 3, {2616, 38776, 40304}},
    {"ABCdef123", 3, {24694, 4299, 10163}},
    {"a", 1, {64}},
    {"", 0, {0}},
    {" ", 1, {220}},
    {"int main(void) { return 0; }",
     10,
     {600, 1388, 7, 19382, 8, 1391, 1441, 657, 26, 1782}},
    {"aaa aaaa aaaaa", 5, {46071, 257, 46071, 257, 24794}},
};
enum { N_EXAMPLES = sizeof examples / sizeof *examples };

// what one run of the program works with
struct lab {
    struct text novel;
    struct vocabulary gpt2; // its first merges
    const char *own;        // a text of the reader's
    size_t n_learnt, n_shown;
    bool cuts; // the reader's text is cut into words
    uint64_t seed;
};

// letters that a telephone shows side by side; those of a piece that are printed
enum { LINE = 42, MOST_PRINTED = 33 };

// how many bytes of a piece are printed, and how many columns these take
static size_t printed_bytes(size_t *used, const unsigned char *s, size_t n)
{
    size_t k = 0;
    for (*used = 0; k < n; k++) {
        const bool visible = s[k] >= ' ' && s[k] < 0x7F;
        const size_t width = s[k] == '\n' || s[k] == '\t' ? 2 : visible ? 1 : 4;
        if (*used + width > MOST_PRINTED)
            break;
        *used += width;
    }
    return k;
}

// how many columns a piece takes as it is printed
static size_t columns(const unsigned char *s, size_t n)
{
    size_t used;
    const bool cut = printed_bytes(&used, s, n) < n;
    return used + (cut ? 3 : 0);
}

// prints a piece so that one sees it: _ for a space, \n, \t, and \xE9 for what is not ASCII,
// and ... where it is too long; then spaces up to `width` columns
static void print_piece(const unsigned char *s, size_t n, size_t width)
{
    size_t columns_used;
    const size_t n_printed = printed_bytes(&columns_used, s, n);
    for (size_t k = 0; k < n_printed; k++) {
        const unsigned char c = s[k];
        const bool visible = c > ' ' && c < 0x7F;
        (void)(c == ' '    ? printf("_")
               : c == '\n' ? printf("\\n")
               : c == '\t' ? printf("\\t")
               : visible   ? printf("%c", c)
                           : printf("\\x%02X", c));
    }
    if (n_printed < n)
        printf("...");
    for (size_t used = columns(s, n); used < width; used++)
        printf(" ");
}

static void print_row(const struct vocabulary *v, size_t id, size_t width)
{
    print_piece(v->pieces + v->starts[id], v->starts[id + 1] - v->starts[id], width);
}

// ---- the first merges

static size_t columns_of_row(const struct vocabulary *v, size_t id)
{
    return columns(v->pieces + v->starts[id], v->starts[id + 1] - v->starts[id]);
}

// each with its number and its count, as many side by side as a line holds
static void show_merges(const struct vocabulary *v, const uint64_t *counts, size_t n)
{
    char number[32];
    size_t widest = 0; // a piece, a blank, its count
    for (size_t m = 0; m < n; m++) {
        const size_t width =
            columns_of_row(v, N_BYTES + m) + 1 + strlen(with_commas(number, counts[m]));
        widest = width > widest ? width : widest;
    }
    const size_t cell = 3 + widest, fit = (LINE + 1) / (cell + 1),
                 side_by_side = fit > 0 ? fit : 1;
    for (size_t m = 0; m < n; m++) {
        const bool last = (m + 1) % side_by_side == 0 || m + 1 == n;
        with_commas(number, counts[m]);
        printf("%2zu ", m);
        print_row(v, N_BYTES + m, widest - strlen(number));
        printf("%s%s", number, last ? "\n" : " ");
    }
}

// the reader's first merges, and whether the faster loop makes the same
static void show_learning(struct words *words, size_t n)
{
    struct vocabulary slow = open_vocabulary(n, false), fast = open_vocabulary(n, false);
    struct words copy = copy_of(words);
    uint64_t *counts = allocate(n, sizeof *counts);
    uint32_t pair[2];
    const size_t made = learn_slowly(&slow, words, counts, n);
    learn(&fast, &copy, n);
    if (made > 0)
        show_merges(&slow, counts, made);
    else if (most_frequent_pair(pair, counts, words->ids, words->lengths, words->counts,
                                words->n_words))
        waits_for("11.2", "merge_pair");
    else
        waits_for("11.1", "most_frequent_pair");
    if (made > 0 && (made != fast.n_merges ||
                     memcmp(slow.parts, fast.parts, made * 2 * sizeof *slow.parts) != 0))
        printf("The faster loop makes other merges than yours.\n");
    free(counts);
    close_words(&copy);
    close_vocabulary(&fast);
    close_vocabulary(&slow);
}

static void show_plain_learning(const struct lab *lab)
{
    enum { FEW = 50000 };
    struct text start = {lab->novel.bytes, lab->novel.size < FEW ? lab->novel.size : FEW};
    struct words words = one_word(start);
    heading("Merges of the novel's beginning, nothing forbidden");
    show_learning(&words, lab->n_shown);
    close_words(&words);
}

// ---- the pattern

static size_t how_many(const struct range *ranges, size_t n)
{
    size_t sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += ranges[k].last - ranges[k].first + 1;
    return sum;
}

static void show_pattern(void)
{
    static const char *const texts[] = {"It's 3 o'clock, isn't it?", "IT'S 3, THEY'LL",
                                        "a  b   c\n\n  d ", "x=42; /* no */ (\"'ll\")"};
    char n_letters[32], n_numbers[32];
    heading("Where the pattern cuts");
    printf("the table: %s letters, %s numbers\n",
           with_commas(n_letters, how_many(letters, N_LETTERS)),
           with_commas(n_numbers, how_many(numbers, N_NUMBERS)));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        const struct text text = text_of(texts[k]);
        size_t n_words, start = 0, *ends = cut(&n_words, text);
        if (!ends) {
            waits_for("11.3", "pre_tokenize");
            return;
        }
        for (size_t w = 0; w < n_words; start = ends[w++]) {
            printf(w > 0 ? "|" : "");
            print_piece(text.bytes + start, ends[w] - start, 0);
        }
        printf("\n");
        free(ends);
    }
}

static void show_word_learning(const struct lab *lab)
{
    struct words words = different_words(lab->novel);
    heading("The first merges of the whole novel, cut into words");
    if (words.n_words == 0) {
        waits_for("11.3", "pre_tokenize");
    } else {
        char n[32], different[32];
        uint64_t all = 0;
        for (size_t w = 0; w < words.n_words; w++)
            all += words.counts[w];
        printf("%s words, %s of them different\n", with_commas(n, all),
               with_commas(different, words.n_words));
        show_learning(&words, lab->n_shown);
    }
    close_words(&words);
}

// ---- a text in ids

static bool same_ids(const struct ids *ids, const uint32_t *wanted, size_t n)
{
    return ids->n == n && (n == 0 || memcmp(ids->ids, wanted, n * sizeof *wanted) == 0);
}

// Does a text come back from its ids? False also if bpe_decode is not written.
static bool comes_back(const struct vocabulary *v, const struct ids *ids,
                       struct text text)
{
    unsigned char *back = allocate(text.size, 1);
    size_t n = 0;
    const bool same = bpe_decode(back, &n, ids->ids, v->pieces, v->starts, ids->n,
                                 v->vocab_size, text.size) &&
                      n == text.size && memcmp(back, text.bytes, n) == 0;
    free(back);
    return same;
}

// a gap before so many letters, or a new line where they do not fit; `column`: letters so far
static void put_gap(size_t *column, size_t width, size_t gap)
{
    const bool fits = *column + gap + width <= LINE;
    if (*column > 0)
        fits ? printf("%*s", (int)gap, "") : printf("\n");
    *column = *column > 0 && fits ? *column + gap + width : width;
}

// pieces and ids, as many in a line as it holds
static void show_ids(const struct vocabulary *v, const struct ids *ids)
{
    size_t column = 0;
    for (size_t t = 0; t < ids->n; t++) {
        const uint32_t id = ids->ids[t];
        const int digits = snprintf(NULL, 0, "%" PRIu32, id);
        put_gap(&column, columns_of_row(v, id) + 1 + (size_t)digits, 2);
        print_row(v, id, 0);
        printf(" %" PRIu32, id);
    }
    printf("\n");
}

static void show_bytes_back(const struct lab *lab, struct encoder *e)
{
    enum { N_TEXTS = 1000, LONGEST = 200 };
    unsigned char bytes[LONGEST];
    size_t good = 0;
    uint64_t rng = lab->seed;
    struct ids ids = {0};
    for (size_t k = 0; k < N_TEXTS; k++) {
        const struct text text = {bytes, (size_t)(next_uniform(&rng) * LONGEST)};
        for (size_t t = 0; t < text.size; t++)
            bytes[t] = (unsigned char)(next_uniform(&rng) * 256.0);
        ids.n = 0;
        struct encoder fresh = {.v = e->v, .remembers = false};
        good += encode(&ids, &fresh, text) && comes_back(e->v, &ids, text);
    }
    ids.n = 0;
    const bool novel = encode(&ids, e, lab->novel) && comes_back(e->v, &ids, lab->novel);
    char n[32];
    if (good == 0)
        waits_for("11.5", "bpe_decode");
    else
        printf("to ids and back: %sthe novel, %s ids,\nand %zu of %d random strings\n",
               novel ? "" : "NOT ", with_commas(n, ids.n), good, N_TEXTS);
    free(ids.ids);
}

static void show_gpt2(const struct lab *lab)
{
    struct encoder e = {.v = &lab->gpt2, .remembers = true};
    struct ids ids = {0};
    size_t good = 0;
    heading("A text in GPT-2's ids");
    for (size_t k = 0; k < N_EXAMPLES; k++) {
        ids.n = 0;
        if (!encode(&ids, &e, text_of(examples[k].text)))
            break;
        good += same_ids(&ids, examples[k].ids, examples[k].n_ids);
    }
    ids.n = 0;
    const struct text own = text_of(lab->own);
    if (lab->cuts ? !encode(&ids, &e, own)
                  : !join_word(&ids, &lab->gpt2, own.bytes, own.size)) {
        waits_for_encoding();
    } else {
        if (lab->gpt2.n_merges == ALL_MERGES)
            printf("known texts with the right ids: %zu of %d\n", good, N_EXAMPLES);
        show_ids(&lab->gpt2, &ids);
        show_bytes_back(lab, &e);
    }
    free(ids.ids);
    close_encoder(&e);
}

// ---- what a token costs

static size_t count_characters(struct text text)
{
    size_t n = 0;
    for (size_t t = 0; t < text.size; t++)
        n += (text.bytes[t] & 0xC0) != 0x80;
    return n;
}

static void show_costs(const struct lab *lab)
{
    static const struct {
        const char *language, *sentence;
    } all[] = {
        {"English", "All human beings are born free and equal in dignity and rights."},
        {"German", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."},
        {"Russian",
         "Все люди рождаются свободными и равными в своем достоинстве и правах."},
        {"Chinese", "人人生而自由，在尊严和权利上一律平等。"},
        {"Hindi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता "
                  "प्राप्त है।"},
    };
    struct encoder e = {.v = &lab->gpt2, .remembers = true};
    struct ids ids = {0};
    size_t english = 0;
    heading("What a token costs");
    printf("%18s%8s%8s%8s\n", "characters", "bytes", "tokens", "times");
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        const struct text text = text_of(all[k].sentence);
        ids.n = 0;
        if (!encode(&ids, &e, text)) {
            waits_for_encoding();
            break;
        }
        english = k == 0 ? ids.n : english;
        printf("%-8s%10zu%8zu%8zu%8.1f\n", all[k].language, count_characters(text),
               text.size, ids.n, (double)ids.n / (double)english);
    }
    ids.n = 0;
    if (encode(&ids, &e, text_of("cat cat Cat CAT 12345 67890")))
        show_ids(&lab->gpt2, &ids);
    free(ids.ids);
    close_encoder(&e);
}

// ---- merges and the length of a text

static struct text half_of(struct text text, bool second)
{
    size_t middle = text.size / 2;
    while (middle < text.size && text.bytes[middle] != '\n')
        middle++;
    middle = middle < text.size ? middle : text.size / 2;
    return second ? (struct text){text.bytes + middle, text.size - middle}
                  : (struct text){text.bytes, middle};
}

// the ids of a text under the first m merges; none if an exercise is missing
static struct ids encode_with(const struct vocabulary *v, size_t m, bool as_gpt2,
                              struct text text)
{
    struct vocabulary first = open_vocabulary(m, as_gpt2);
    for (size_t k = 0; k < m; k++)
        add_piece(&first, v->parts[2 * k], v->parts[2 * k + 1]);
    sort_merges(&first);
    struct encoder e = {.v = &first, .remembers = true};
    struct ids ids = {0};
    if (!encode(&ids, &e, text))
        ids.n = 0;
    close_encoder(&e);
    close_vocabulary(&first);
    return ids;
}

static double bytes_a_token(const struct vocabulary *v, size_t m, bool as_gpt2,
                            struct text text)
{
    struct ids ids = encode_with(v, m, as_gpt2, text);
    const double bytes = (double)text.size / (double)ids.n;
    free(ids.ids);
    return bytes;
}

static void show_lengths(const struct lab *lab, const struct vocabulary *half)
{
    const struct text seen = half_of(lab->novel, false),
                      other = half_of(lab->novel, true);
    FILE *figure = open_figure("ids-lengths");
    char n[32];
    if (figure)
        fprintf(figure,
                "# kind: lines\n# title: Bytes of the novel's second half in a token\n"
                "# x: merges\n# y: bytes a token\n# xscale: log\n"
                "merges\tof the first half\tof GPT-2\n");
    printf("bytes that a token stands for\n");
    printf("%-7s%24s%11s\n", "", "merges of the first half", "GPT-2's");
    printf("%-7s%11s%13s%11s\n", "merges", "on itself", "on the other", "there");
    for (size_t m = 16; m <= half->n_merges && m <= lab->gpt2.n_merges; m *= 2) {
        const double own = bytes_a_token(half, m, false, other);
        const double gpt2 = bytes_a_token(&lab->gpt2, m, true, other);
        if (figure)
            fprintf(figure, "%zu\t%.4f\t%.4f\n", m, own, gpt2);
        if (m == 128 || m == 512 || m == 2048)
            printf("%-7s%11.2f%13.2f%11.2f\n", with_commas(n, m),
                   bytes_a_token(half, m, false, seen), own, gpt2);
    }
    printf("%-7s%35.2f\n", with_commas(n, lab->gpt2.n_merges),
           bytes_a_token(&lab->gpt2, lab->gpt2.n_merges, true, other));
    if (figure)
        fclose(figure);
}

// ---- frequencies

static uint64_t *count_ids(const struct ids *ids, size_t vocab_size)
{
    uint64_t *counts = allocate(vocab_size, sizeof *counts);
    for (size_t t = 0; t < ids->n; t++)
        counts[ids->ids[t]]++;
    return counts;
}

// the mean use of the rows from `from` on; how many of them are never used
static double mean_use(double *unused, const uint64_t *counts, size_t from, size_t to)
{
    size_t never = 0;
    uint64_t sum = 0;
    for (size_t v = from; v < to; v++) {
        sum += counts[v];
        never += counts[v] == 0;
    }
    *unused = 100.0 * (double)never / (double)(to - from);
    return (double)sum / (double)(to - from);
}

static void plot_uses(const uint64_t *own, size_t n_own, const uint64_t *gpt2,
                      size_t n_gpt2)
{
    FILE *figure = open_figure("ids-frequency");
    if (!figure)
        return;
    fprintf(figure, "# kind: lines\n# title: How often a row is used in the novel\n"
                    "# x: first id of the group\n# y: uses of a row, on average\n"
                    "# xscale: log\n# yscale: log\nid\tmerges of the novel\tof GPT-2\n");
    for (size_t from = 256, to; from < n_gpt2; from = to) {
        double unused;
        to = from * 2 < n_gpt2 ? from * 2 : n_gpt2;
        fprintf(figure, "%zu\t", from);
        if (to <= n_own)
            fprintf(figure, "%.4f", mean_use(&unused, own, from, to));
        fprintf(figure, "\t%.4f\n", mean_use(&unused, gpt2, from, to));
    }
    fclose(figure);
}

static void show_uses(const uint64_t *own, size_t n_own, const uint64_t *gpt2,
                      size_t n_gpt2)
{
    char first[32];
    printf("uses of a row, and rows never used in %%\n");
    printf("%-8s%17s%17s\n", "merges", "of the novel", "of GPT-2");
    printf("%8s%9s%8s%9s%8s\n", "ids from", "uses", "never", "uses", "never");
    for (size_t from = 256, to; from < n_gpt2; from = to) {
        double unused, use;
        to = from * 4 < n_gpt2 ? from * 4 : n_gpt2;
        printf("%8s", with_commas(first, from));
        use = from < n_own ? mean_use(&unused, own, from, to < n_own ? to : n_own) : 0.0;
        if (from < n_own)
            printf("%9.2f%8.1f", use, unused);
        else
            printf("%17s", "");
        use = mean_use(&unused, gpt2, from, to);
        printf("%9.2f%8.1f\n", use, unused);
    }
}

static void show_frequencies(const struct lab *lab)
{
    struct words words = different_words(lab->novel);
    struct vocabulary v = open_vocabulary(lab->n_learnt, false);
    learn(&v, &words, lab->n_learnt);
    struct ids own = encode_with(&v, v.n_merges, false, lab->novel);
    struct ids gpt2 = encode_with(&lab->gpt2, lab->gpt2.n_merges, true, lab->novel);
    uint64_t *own_counts = count_ids(&own, v.vocab_size);
    uint64_t *gpt2_counts = count_ids(&gpt2, lab->gpt2.vocab_size);
    show_uses(own_counts, v.vocab_size, gpt2_counts, lab->gpt2.vocab_size);
    plot_uses(own_counts, v.vocab_size, gpt2_counts, lab->gpt2.vocab_size);
    free(own_counts), free(gpt2_counts), free(own.ids), free(gpt2.ids);
    close_vocabulary(&v);
    close_words(&words);
}

// ---- rows that nobody shows

static void show_unused(const char *where, const struct vocabulary *v, struct text text)
{
    enum { SHOWN = 7 };
    struct ids ids = encode_with(v, v->n_merges, false, text);
    uint64_t *counts = count_ids(&ids, v->vocab_size);
    size_t never = 0, few = 0, shown = 0;
    for (size_t id = N_BYTES; id < v->vocab_size; id++) {
        never += counts[id] == 0;
        few += counts[id] < 10;
    }
    printf("%s half: %zu below ten, %zu never:\n", where, few, never);
    size_t column = 0;
    for (size_t id = N_BYTES; id < v->vocab_size && shown < SHOWN; id++)
        if (counts[id] == 0) {
            put_gap(&column, columns_of_row(v, id), 1);
            print_row(v, id, 0);
            shown++;
        }
    printf(never > 0 ? "\n" : "none\n");
    free(counts);
    free(ids.ids);
}

// the rung below: a token, what it was joined from, and what the text next to it becomes
static void show_ladder(const struct lab *lab)
{
    static const char *const texts[] = {" SolidGoldMagikarp", " SolidGoldMagikar"};
    struct encoder e = {.v = &lab->gpt2, .remembers = false};
    for (size_t k = 0; k < 2; k++) {
        struct ids ids = {0};
        if (encode(&ids, &e, text_of(texts[k])) && ids.n == 1 && ids.ids[0] >= N_BYTES) {
            const uint32_t *parts = lab->gpt2.parts + 2 * (ids.ids[0] - N_BYTES);
            const struct ids both = {.ids = (uint32_t *)(uintptr_t)parts, .n = 2};
            print_row(&lab->gpt2, ids.ids[0], 0);
            printf(" %" PRIu32 " was joined from\n", ids.ids[0]);
            show_ids(&lab->gpt2, &both);
        } else {
            show_ids(&lab->gpt2, &ids);
        }
        free(ids.ids);
    }
}

static void show_halves(const struct lab *lab)
{
    const struct text first = half_of(lab->novel, false);
    struct words words = different_words(first);
    struct vocabulary half = open_vocabulary(lab->n_learnt, false);
    learn(&half, &words, lab->n_learnt);
    sort_merges(&half);
    heading("Whose merges?");
    const bool ready = words.n_words > 0 && can_encode(&half);
    if (ready)
        show_lengths(lab, &half);
    else
        waits_for_encoding();
    heading("A number that leaks");
    if (ready)
        show_frequencies(lab);
    else
        waits_for_encoding();
    heading("Rows that nobody shows");
    if (ready) {
        char n[32];
        printf("%s rows of the first half, used in the\n", with_commas(n, half.n_merges));
        show_unused("first", &half, first);
        show_unused("second", &half, half_of(lab->novel, true));
        show_ladder(lab);
    } else {
        waits_for_encoding();
    }
    close_vocabulary(&half);
    close_words(&words);
}

/*
### The bench

The first is the limit: no way from text to ids can do with less than a look at each byte.
*/

static void show_ratio(const char *what, double ratio, double most)
{
    printf("%-58s ~%-8.2f want <= %-5g %s\n", what, ratio, most,
           ratio <= most ? "ok" : "MISSED");
}

// the work's limit: each byte picks one entry of a table of 256
static double time_of_looks(struct text text, unsigned char *out)
{
    unsigned char table[N_BYTES];
    double best = INFINITY;
    for (size_t byte = 0; byte < N_BYTES; byte++)
        table[byte] = kind_of((uint32_t)byte);
    for (size_t round = 0; round < 20; round++) {
        const double start = seconds();
        for (size_t t = 0; t < text.size; t++)
            out[t] = table[text.bytes[t]];
        const double spent = seconds() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

enum { PIECE = 10000 };

// how long a piece at the start of a text is: PIECE bytes, and up to the end of a line
static size_t size_of_piece(struct text text)
{
    size_t n = text.size < PIECE ? text.size : PIECE;
    while (n < text.size && text.bytes[n - 1] != '\n')
        n++;
    return n;
}

// the novel once, with an encoder that has met nothing yet; best[p]: the least that piece p took
static bool time_pieces(double *best, const struct lab *lab, bool remembers)
{
    struct encoder e = {.v = &lab->gpt2, .remembers = remembers};
    struct ids ids = {0};
    struct text rest = lab->novel;
    bool good = true;
    for (; good && rest.size > 0; best++) {
        const struct text piece = {rest.bytes, size_of_piece(rest)};
        const double start = seconds();
        good = encode(&ids, &e, piece);
        *best = fmin(*best, seconds() - start);
        rest.bytes += piece.size;
        rest.size -= piece.size;
    }
    free(ids.ids);
    close_encoder(&e);
    return good;
}

// Each piece counts at its best, so that what else the machine does hardly counts.
static double time_of_encoding(const struct lab *lab, bool remembers)
{
    const size_t n = lab->novel.size / PIECE + 1;
    double *best = allocate(n, sizeof *best), all = 0.0;
    bool good = true;
    for (size_t p = 0; p < n; p++)
        best[p] = INFINITY;
    for (size_t round = 0; round < 8; round++)
        good = good && time_pieces(best, lab, remembers);
    for (size_t p = 0; p < n; p++)
        all += isfinite(best[p]) ? best[p] : 0.0; // (there may be one piece less)
    free(best);
    return good ? all : INFINITY;
}

// seconds for each letter of a word of n drawn letters
static double time_of_letter(const struct lab *lab, size_t n)
{
    unsigned char *word = allocate(n, 1);
    double best = INFINITY;
    uint64_t rng = 1;
    for (size_t k = 0; k < n; k++)
        word[k] = (unsigned char)('a' + (int)(next_uniform(&rng) * 26.0));
    for (size_t round = 0; round < 8; round++) {
        struct ids ids = {0};
        const double start = seconds();
        const bool good = join_word(&ids, &lab->gpt2, word, n);
        const double spent = seconds() - start;
        best = good && spent < best ? spent : best;
        free(ids.ids);
    }
    free(word);
    return best / (double)n;
}

static void show_bench(const struct lab *lab)
{
    heading("Benchmarks of chapter 11 (the novel, GPT-2's merges, one thread)");
    unsigned char *room = allocate(lab->novel.size, 1);
    const double looks = time_of_looks(lab->novel, room);
    free(room);
    const double plain = time_of_encoding(lab, false),
                 known = time_of_encoding(lab, true);
    if (!isfinite(plain)) {
        waits_for_encoding();
        return;
    }
    const double megabytes = 1e-6 * (double)lab->novel.size;
    printf("MB/s: a look a byte ~%.0f, encoding ~%.1f, with a table of words ~%.1f\n",
           megabytes / looks, megabytes / plain, megabytes / known);
    printf("on any machine:\n");
    show_ratio("time of encoding with a table of words / a look a byte", known / looks,
               250);
    show_ratio("time of encoding with a table of words / without", known / plain, 0.5);
    show_ratio("time a letter of yours, a word of 100,000 / of 1,000",
               time_of_letter(lab, 100000) / time_of_letter(lab, 1000), 20);
}

/*
## What you can change

The program takes settings: `build/11_ids text="my own words"`, for example, or
`merges=1000 words=0`. Each has a row in the table below, and `build/11_ids settings`
prints them. With `TEXT=path` the novel is another text, of up to 100 MB and in any
language. The numbers in the text are those of the defaults.
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
    {"text", "text", "The cat sat on the mat. IT'S A CAT!", 0, 400,
     "a text that becomes GPT-2's ids"},
    {"merges", "whole", "50000", 0, 50000, "how many of GPT-2's merges are used"},
    {"words", "whole", "1", 0, 1,
     "1: the text is cut into words first, 0: it is one word"},
    {"learn", "whole", "2048", 1, 20000, "merges that are learnt from the novel"},
    {"shown", "whole", "20", 1, 100, "first merges that are shown"},
    {"seed", "whole", "1", 1, 1000000, "which random bytes go to ids and back"},
    {NULL, NULL, NULL, 0, 0, NULL},
};

static bool asks_for_bench(char **args)
{
    for (; *args; args++)
        if (strcmp(*args, "bench") == 0)
            return true;
    return false;
}

int main(int n_args, char **args)
{
    args += n_args > 0;
    const int done = check_settings(settings, args);
    if (done >= 0)
        return done;
    const char *path = getenv("TEXT");
    path = path && *path ? path : "chapters/data/austen/emma.txt";
    struct lab lab = {
        .novel = read_file(path, " (TEXT=path names another)"),
        .own = setting_text(settings, args, "text"),
        .cuts = setting_number(settings, args, "words") > 0.0,
        .n_learnt = (size_t)setting_number(settings, args, "learn"),
        .n_shown = (size_t)setting_number(settings, args, "shown"),
        .seed = (uint64_t)setting_number(settings, args, "seed"),
    };
    if (lab.novel.size < LEAST_BYTES)
        give_up(1, "%s has %zu bytes, and %d are needed", path, lab.novel.size,
                LEAST_BYTES);
    if (memchr(lab.novel.bytes, 0, lab.novel.size))
        give_up(1, "%s holds bytes of value 0, so it is not plain text", path);
    lab.gpt2 = read_merges("chapters/data/gpt2/merges.txt",
                           (size_t)setting_number(settings, args, "merges"));
    if (asks_for_bench(args)) {
        show_bench(&lab);
    } else {
        show_gpt2(&lab); // at once, before anything is learnt
        show_costs(&lab);
        show_plain_learning(&lab);
        show_pattern();
        show_word_learning(&lab);
        show_halves(&lab);
    }
    close_vocabulary(&lab.gpt2);
    free(lab.novel.bytes);
    return 0;
}

/*
## Hints {#hints}

::: {.hint exercise="11.1"}
If all the pairs of the text stood in a list that is sorted, where would the equal ones
stand? And which of two equal ones came first in the text?
:::

::: {.hint exercise="11.1"}
An entry of the list: left, right, the number of the place, counts[w]. Compare by left,
then right, then place. The count of a pair is the sum of counts[w] over its entries; its
first place is that of its first entry with a count above 0. The best pair has the largest
count, and among equal counts the smallest first place.
:::

::: {.hint exercise="11.1"}
Add up lengths[w] and ask malloc for so many entries. Go through the words with a pointer
that moves on by lengths[w]; for k from 1 to lengths[w] - 1 enter ids[k - 1], ids[k]. Call
qsort. Then one walk: as long as the pair stays the same, add up and remember the first
place; where it changes, compare with the best so far. Write pair and count only if the
best count is above 0. Free the list.
:::

::: {.hint exercise="11.2"}
How far do you go on after a place where the two were joined, and how far after one where
they were not?
:::

::: {.hint exercise="11.2"}
At t: if t + 1 < n_ids and ids[t] = left and ids[t + 1] = right, write merged and go to
t + 2; else write ids[t] and go to t + 1.
:::

::: {.hint exercise="11.2"}
A counter n for out, from 0. Loop over t; test the condition on ids, never on out; write
to out[n] and raise n; raise t once more if two were joined. At the end n_out[0] = n.
Return true.
:::

::: {.hint exercise="11.3"}
How many of the six questions can you tell apart by the kind of the first character
alone? For which two do you have to look at what stands behind?
:::

::: {.hint exercise="11.3"}
At t: an ending, if the bytes are one of the seven. Else let k = t + 1 if byte t is a
space and the kind at t + 1 is not SPACE (and there is a t + 1), else k = t. The word goes
on from k as long as the kind is that of k, or REST. If that kind is SPACE and the run
does not end the text and has more than one character, the word ends where the last
character of the run begins.
:::

::: {.hint exercise="11.3"}
First loop over all kinds and refuse. Then t = 0, and while t < n_bytes: the endings, with
a look at n_bytes before you read one or two bytes further. Else find k, and let end run
from k + 1 while kinds[end] is kinds[k] or REST. For a run of white space with end <
n_bytes: last = end - 1, and while kinds[last] is REST, one less; if last > t, end = last.
Write end, go on there.
:::

::: {.hint exercise="11.4"}
When two pieces are joined, which offers are gone, and which are new? How many are that,
whatever the length of the word?
:::

::: {.hint exercise="11.4"}
For each place at: id, before, after, and becomes (what its piece and the next one become,
or none). The heap holds offers (becomes, at), smallest becomes first, then smallest at.
An offer is good if becomes is still what the place says. Join: id = becomes; the place
behind leaves the chain and its becomes is none; look up anew the pair that begins
here and the one that begins at before.
:::

::: {.hint exercise="11.4"}
malloc n_ids places and 3 * n_ids + 1 offers. Fill in the chain, look up each pair (binary
search in keys) and push what is found. While the heap is not empty: pop; if the place
says something else, continue; join as in hint 2, and push the one or two new offers. Then
walk along the chain from place 0 and copy the ids to out. If n_ids is 0, there is no
place 0. Free both.
:::

::: {.hint exercise="11.5"}
What must you know before you may write the first byte?
:::

::: {.hint exercise="11.5"}
The length of piece v is starts[v + 1] - starts[v]. The lengths of all ids must add up to
at most room, and each id must be below vocab_size.
:::

::: {.hint exercise="11.5"}
First loop: check the id before you look at starts; compare the length with what is left
of room, and take it away. Second loop: copy the bytes of each piece behind the last ones.
Write n_bytes and return true. Take care that id + 1 is computed in size_t.
:::
*/
