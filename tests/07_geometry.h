// Chapter 7, geometry: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef GEOMETRY_H
#define GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool nearest_rows(uint32_t *nearest, double *cosines, const float *wte,
                         uint32_t row, size_t n_nearest, size_t vocab_size,
                         size_t d_model);

JUDGED bool center_rows(float *out, float *mean, const float *wte, size_t vocab_size,
                        size_t d_model);

JUDGED bool principal_components(float *components, float *variances, double *room,
                                 const float *wte, size_t n_components, size_t n_steps,
                                 size_t vocab_size, size_t d_model);

JUDGED bool analogy(uint32_t *answer, const float *wte, uint32_t a, uint32_t b,
                    uint32_t c, bool exclude_inputs, size_t vocab_size, size_t d_model);

JUDGED bool rotate_rows(float *out, const float *wte, const float *rotation,
                        size_t vocab_size, size_t d_model);

#endif
