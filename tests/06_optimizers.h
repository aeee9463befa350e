// Chapter 6, optimizers: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef OPTIMIZERS_H
#define OPTIMIZERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool sgd_momentum(float *w, float *velocity, const float *dw, double learning_rate,
                         double momentum, size_t n);

JUDGED bool adagrad_rows(float *wte, float *squares, const uint32_t *rows,
                         const float *drows, double learning_rate, double epsilon,
                         size_t n_rows, size_t vocab_size, size_t d_model);

JUDGED bool adam(float *w, float *mean, float *square, const float *dw, uint64_t step,
                 double learning_rate, double beta1, double beta2, double epsilon,
                 size_t n);

JUDGED bool adamw(float *w, float *mean, float *square, const float *dw, uint64_t step,
                  double learning_rate, double beta1, double beta2, double epsilon,
                  double weight_decay, size_t n);

JUDGED bool sparse_adam(float *wte, float *mean, float *square, const uint32_t *rows,
                        const float *drows, uint64_t step, double learning_rate,
                        double beta1, double beta2, double epsilon, size_t n_rows,
                        size_t vocab_size, size_t d_model);

JUDGED double adam_drift(uint64_t seen, uint64_t from, double beta1, double beta2);

#endif
