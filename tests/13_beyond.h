// Chapter 13, beyond: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef BEYOND_H
#define BEYOND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool mean_pool(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                      size_t vocab_size, size_t d_model);

JUDGED bool search(uint32_t *found, double *cosines, const float *rows,
                   const float *query, size_t n_found, size_t n_rows, size_t d_model);

JUDGED bool weighted_pool(float *out, const float *wte, const uint32_t *ids,
                          const double *p, double a, size_t n_tokens, size_t vocab_size,
                          size_t d_model);

JUDGED bool patchify(float *out, const float *image, size_t height, size_t width,
                     size_t n_channels, size_t patch);

JUDGED bool residue_rows(float *out, const double *values, const double *vectors,
                         size_t d_model, size_t n);

#endif
