// Chapter 10, dimension: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef DIMENSION_H
#define DIMENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool table_cost(uint64_t *bytes, uint64_t *flops, uint64_t n_tokens,
                       uint64_t vocab_size, uint64_t d_model, uint64_t bits);

JUDGED bool circle_model(float *wte, float *lm_head, const uint32_t *next,
                         size_t vocab_size);

JUDGED bool reachable_words(uint32_t *reachable, const float *lm_head, size_t vocab_size,
                            size_t d_model);

JUDGED bool matrix_rank(uint32_t *rank, double *room, const float *a, double tolerance,
                        size_t n_rows, size_t n_columns);

JUDGED bool random_projection(float *out, const float *wte, const float *dice,
                              size_t n_out, size_t vocab_size, size_t d_model);

#endif
