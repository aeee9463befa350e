// Chapter 9, context: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef CONTEXT_H
#define CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool context_gap(float *gap, const float *a, const float *b, size_t n_tokens,
                        size_t d_model);

JUDGED bool layer_norm(float *out, const float *x, const float *gain, const float *bias,
                       size_t n_tokens, size_t d_model);

JUDGED bool residual_mlp(float *out, float *hidden, const float *x, const float *normed,
                         const float *w_up, const float *w_down, size_t n_tokens,
                         size_t d_model, size_t d_hidden);

JUDGED bool residual_mlp_backward(float *dx, float *dnormed, float *dw_up, float *dw_down,
                                  const float *dout, const float *hidden,
                                  const float *normed, const float *w_up,
                                  const float *w_down, size_t n_tokens, size_t d_model,
                                  size_t d_hidden);

JUDGED bool nearest_centroid(uint32_t *guesses, double *centroids, const float *fitted,
                             const uint32_t *labels, const float *tried, size_t n_fitted,
                             size_t n_tried, size_t n_classes, size_t d_model);

#endif
