// Chapter 2, init: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
