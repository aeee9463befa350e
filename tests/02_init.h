// Chapter 2, init: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

// Writes the next n words of the generator `rng`; false if it has none to give.
typedef bool word_source(uint32_t *words, void *rng, size_t n);

JUDGED bool mt19937_next(uint32_t *word, uint32_t *state, size_t *next);

JUDGED float uniform_float(uint32_t word);

JUDGED bool normal_fill(float *out, word_source *draw, void *rng, float mean, float std,
                        size_t n);

JUDGED float mean_abs_cosine(const float *rows, size_t n_rows, size_t d_model);

// The sources that the tests hand to normal_fill, for the tests and for who makes their
// calls.
#if defined(HAS_CALLBACKS) || defined(THE_CALLER)
#include <string.h>

// Words that were written beforehand, and what became of them.
struct tape {
    size_t n_words, n_drawn;
    size_t fails_at;          // the call that would draw this word fails, the first time
    size_t n_failed, n_after; // calls that failed, and those after the first of them
    uint32_t words[];
};

static bool read_tape(uint32_t *words, void *rng, size_t n)
{
    struct tape *tape = rng;
    if (n == 0)
        return true;
    tape->n_after += tape->n_failed > 0;
    if (n > tape->n_words - tape->n_drawn ||
        (tape->n_failed == 0 && n > tape->fails_at - tape->n_drawn)) {
        tape->n_failed++;
        return false;
    }
    memcpy(words, tape->words + tape->n_drawn, n * sizeof *words);
    tape->n_drawn += n;
    return true;
}

// A generator without a state: it needs no rng.
enum { THE_SAME_WORD = 0x2c5e1ab7 };

static bool same_word(uint32_t *words, void *rng, size_t n)
{
    for (size_t k = 0; k < n && rng == NULL; k++)
        words[k] = THE_SAME_WORD;
    return rng == NULL;
}

#define CALLBACKS (void (*)(void)) read_tape, (void (*)(void))same_word
#endif

#endif
