// Chapter 8, word2vec: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef WORD2VEC_H
#define WORD2VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED double subsample_probability(uint64_t count, uint64_t total, double sample);

JUDGED bool unigram_sampler(uint32_t *slots, size_t n_slots, const uint64_t *counts,
                            size_t vocab_size, double power);

JUDGED double skipgram_step(float *dcenter, float *doutputs, const float *center,
                            const float *outputs, size_t n_outputs, size_t d_model);

JUDGED bool pmi(float *out, const double *counts, size_t n_words, size_t n_contexts);

JUDGED double shifted_pmi_gap(const float *in, const float *out, const float *pmi_table,
                              double k, size_t n_words, size_t n_contexts,
                              size_t d_model);

#endif
