// Chapter 12, gpt2: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef GPT2_H
#define GPT2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool safetensors_header(uint64_t *length, const uint8_t *start,
                               uint64_t file_size);

JUDGED bool safetensors_tensor(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                               uint64_t end, size_t n_dims, uint64_t item_size,
                               uint64_t data_size);

JUDGED bool to_float(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                     size_t n_fraction);

JUDGED bool row_norms(double *norms, const float *table, size_t vocab_size,
                      size_t d_model);

JUDGED bool nearest_tokens(uint32_t *top, const float *table, const double *norms,
                           uint32_t token, size_t n_top, size_t vocab_size,
                           size_t d_model);

#endif
