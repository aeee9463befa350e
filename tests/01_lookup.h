// Chapter 1, lookup: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size);

JUDGED bool matmul(float *out, const float *a, const float *b, size_t n_rows,
                   size_t n_inner, size_t n_cols);

JUDGED bool embedding_forward(float *out, const float *wte, const uint32_t *ids,
                              size_t n_tokens, size_t vocab_size, size_t d_model);

JUDGED bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                           size_t n_in, size_t n_out);

JUDGED float cosine_similarity(const float *a, const float *b, size_t n);

#endif
