// A submission that computes nothing and has learnt published answers by heart. The proof
// lets it take the tests under another seed than it learnt for: it must earn nothing.
#include "inside.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20 }; // of an array: what is behind them tells no two apart

struct record {
    uint64_t question;
    uint64_t n_bytes; // of the outputs that follow, and of the results behind them
};

// Eight bytes at a time: there are megabytes of inputs.
static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t word = 0;
    for (; n >= sizeof word; n -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    word = (uint64_t)n << 56;
    memcpy(&word, at, n);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t mix_argument(uint64_t hash, const struct logged_call *call,
                             const struct parameter *p)
{
    const unsigned char *given = call->made.arguments + p->offset;
    const void *pointer;
    if (p->kind > BYTES)
        return mix(hash, given,
                   p->kind == A_BOOL                        ? sizeof(bool)
                   : p->kind == A_FLOAT || p->kind == AN_ID ? 4
                                                            : 8);
    memcpy(&pointer, given, sizeof pointer);
    const struct array *array = judge_array_at(pointer);
    if (array == NULL)
        return hash;
    hash = mix(hash, &array->bytes, sizeof array->bytes);
    return mix(hash, array->data, array->bytes < MOST_BYTES ? array->bytes : MOST_BYTES);
}

uint64_t heart_question(size_t first)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = first; i < judge_n_calls; i++) {
        const struct signature *s = judge_log[i].signature;
        hash = mix(hash, s->function, strlen(s->function));
        for (size_t k = 0; k < s->n_parameters; k++)
            hash = mix_argument(hash, &judge_log[i], &s->parameters[k]);
    }
    return hash;
}

// The outputs that are there now, one behind the other, and then the results. Copies from
// `bytes` if `set`, else to them; counts alone if `bytes` is NULL.
static size_t copy_answers(size_t first, unsigned char *bytes, bool set)
{
    const uint32_t generation = judge_log[judge_n_calls - 1].made.generation;
    size_t n = 0;
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        if (!a->is_output || a->generation != generation)
            continue;
        if (bytes != NULL)
            memcpy(set ? a->data : bytes + n, set ? bytes + n : a->data, a->bytes);
        n += a->bytes;
    }
    for (size_t i = first; i < judge_n_calls; i++, n += sizeof judge_log->result)
        if (bytes != NULL)
            memcpy(set ? judge_log[i].result : bytes + n,
                   set ? bytes + n : judge_log[i].result, sizeof judge_log->result);
    return n;
}

void heart_record(size_t first, uint64_t question)
{
    struct record record = {question, copy_answers(first, NULL, false)};
    unsigned char *all = malloc(sizeof record + (size_t)record.n_bytes);
    int file = open(suite_options.record, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (all == NULL || file < 0)
        judge_fail(GRADER_ERROR, "The judge cannot write to %s.", suite_options.record);
    memcpy(all, &record, sizeof record);
    copy_answers(first, all + sizeof record, false);
    if (write(file, all, sizeof record + (size_t)record.n_bytes) <
        0) // one piece, or it is no use
        judge_fail(GRADER_ERROR, "The judge cannot write to %s.", suite_options.record);
    close(file);
    free(all);
}

// What was learnt: read once, before the tests are started, which look things up in it.
static unsigned char *learnt;
static size_t learnt_bytes;
static struct {
    struct record record;
    size_t answers; // where they begin in what was learnt
} * known;
static size_t n_known;

bool heart_learn(const char *path)
{
    struct record record;
    int file = open(path, O_RDONLY);
    const off_t bytes = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    if (bytes < 0)
        return false;
    learnt_bytes = (size_t)bytes;
    learnt = mmap(NULL, learnt_bytes + 1, PROT_READ, MAP_PRIVATE, file, 0);
    known = malloc((learnt_bytes / sizeof record + 1) * sizeof *known);
    close(file);
    if (learnt == MAP_FAILED || known == NULL)
        return false;
    for (size_t at = 0; learnt_bytes - at >= sizeof record;) {
        memcpy(&record, learnt + at, sizeof record);
        at += sizeof record;
        if (record.n_bytes > learnt_bytes - at)
            break; // cut
        known[n_known].record = record;
        known[n_known++].answers = at;
        at += (size_t)record.n_bytes;
    }
    return true;
}

void heart_answer(size_t first)
{
    const uint64_t question = heart_question(first);
    const size_t wanted = copy_answers(first, NULL, false);
    for (size_t i = 0; i < n_known; i++)
        if (known[i].record.question == question && known[i].record.n_bytes == wanted)
            copy_answers(first, learnt + known[i].answers, true);
}
