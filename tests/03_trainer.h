// Chapter 3, trainer: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef TRAINER_H
#define TRAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED float softmax_cross_entropy(float *dlogits, const float *logits,
                                   const uint32_t *targets, size_t n_tokens,
                                   size_t vocab_size);

JUDGED bool embedding_backward(float *dwte, const float *dout, const uint32_t *ids,
                               size_t n_tokens, size_t vocab_size, size_t d_model);

JUDGED bool coalesce_rows(uint32_t *rows, float *drows, size_t *n_rows,
                          const uint32_t *ids, const float *dout, size_t n_tokens,
                          size_t d_model);

JUDGED bool sgd_update_rows(float *wte, const uint32_t *rows, const float *drows,
                            float learning_rate, size_t n_rows, size_t vocab_size,
                            size_t d_model);

JUDGED float train_step(float *wte, float *lm_head, float *logits, float *dhidden,
                        float *drows, uint32_t *rows, const uint32_t *inputs,
                        const uint32_t *targets, float learning_rate, size_t n_tokens,
                        size_t vocab_size, size_t d_model);

#endif
