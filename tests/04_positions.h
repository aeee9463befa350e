// Chapter 4, positions: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef POSITIONS_H
#define POSITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool attention_forward(float *out, float *att, const float *q, const float *k,
                              const float *v, size_t n_tokens, size_t d_head,
                              bool causal);

JUDGED bool add_positions(float *x, const float *wpe, size_t n_tokens, size_t max_seq_len,
                          size_t d_model);

JUDGED bool sinusoidal_table(float *wpe, size_t max_seq_len, size_t d_model);

JUDGED bool rope_interleaved(float *x, const float *cosines, const float *sines,
                             size_t n_tokens, size_t n_heads, size_t d_head);

JUDGED bool rope_half_split(float *x, const float *cosines, const float *sines,
                            size_t n_tokens, size_t n_heads, size_t d_head);

JUDGED bool rope_score(float *score, const float *q, const float *k, size_t m, size_t n,
                       size_t d_head, float base);

#endif
