// Chapter 5, heads: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef HEADS_H
#define HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool tied_backward(float *dwte, const float *dlogits, const float *wte,
                          const uint32_t *ids, size_t n_tokens, size_t vocab_size,
                          size_t d_model);

JUDGED bool tied_projection_backward(float *dwte, float *dm, const float *dlogits,
                                     const float *wte, const float *m,
                                     const uint32_t *ids, size_t n_tokens,
                                     size_t vocab_size, size_t d_model);

JUDGED bool gpt2_parameter_count(uint64_t *n_params, size_t vocab_size,
                                 size_t max_seq_len, size_t n_layers, size_t d_model,
                                 bool qkv_bias, bool tied);

JUDGED float entropy_at_scale(const float *h, const float *wte, float scale,
                              size_t vocab_size, size_t d_model);

JUDGED bool logit_lens(uint32_t *top, const float *h, const float *wte, size_t n_top,
                       size_t vocab_size, size_t d_model);

// Where an answer is judged, qsort leaves equal elements in the opposite order: C does not
// promise which. (The GNU library's keeps their order when there is memory to spare.)
#if defined(THE_CALLER)
#include <stdlib.h>
#if defined(__GLIBC__)
typedef int compare_elements(const void *, const void *);

static int compare_by(const void *a, const void *b, void *compare)
{
    return (*(compare_elements **)compare)(a, b);
}

void qsort(void *base, size_t n, size_t size, compare_elements *compare)
{
    unsigned char *low = base, *high = low + (n > 0 ? n - 1 : 0) * size;
    for (; low < high; low += size, high -= size)
        for (size_t k = 0; k < size; k++) {
            const unsigned char byte = low[k];
            low[k] = high[k];
            high[k] = byte;
        }
    qsort_r(base, n, size, compare_by, &compare);
}
#endif
#endif

#endif
