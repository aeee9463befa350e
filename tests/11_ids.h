// Chapter 11, ids: the functions that the reader writes and the tests call.
// The Makefile includes this file first wherever a chapter or an answer is compiled, so a
// changed name or signature is a compile error that points here.
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#undef _FEATURES_H // so that glibc looks once more at what a file asks of it: _POSIX_C_SOURCE

#ifndef JUDGED
#define JUDGED
#endif

JUDGED bool most_frequent_pair(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                               const size_t *lengths, const uint64_t *counts,
                               size_t n_words);

JUDGED bool merge_pair(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                       uint32_t right, uint32_t merged, size_t n_ids);

JUDGED bool pre_tokenize(size_t *ends, size_t *n_words, const unsigned char *text,
                         const unsigned char *kinds, size_t n_bytes);

JUDGED bool bpe_encode(uint32_t *out, size_t *n_out, const uint32_t *ids,
                       const uint64_t *keys, const uint32_t *made, size_t n_ids,
                       size_t n_merges);

JUDGED bool bpe_decode(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                       const unsigned char *pieces, const size_t *starts, size_t n_ids,
                       size_t vocab_size, size_t room);

#endif
