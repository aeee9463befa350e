// How tests/wrong/ and tests/right/ list their answers. An answer is a function beside the
// chapter's own, under a name of its own:
//
//     WRONG(one_hot, random_ids, one_early, "The 1 stands one place early: ids count from 0.")
//     bool one_early(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
//     { ... }
//
// WRONG   test `random_ids` must fail, with this sentence: the judge runs the answer, and
//         whoever gives the same is told so.
// CAUGHT  test `random_ids` must fail with these words of the judge's own.
// RIGHT   another right way to write it: every test passes.
#ifndef ANSWERS_H
#define ANSWERS_H

#include <stddef.h>

struct answer {
    const char *kind, *function, *test, *name, *says;
    int line;
    const struct answer *next;
};

const struct answer *judge_answers; // the last one; each says which came before it

#define ANSWER(kind, function, test, name, says)                                         \
    __typeof__(function) name;                                                           \
    __attribute__((constructor)) static void register_##name(void)                       \
    {                                                                                    \
        static struct answer answer = {kind, #function, test, #name,                     \
                                       says, __LINE__,  NULL};                           \
        answer.next = judge_answers;                                                     \
        judge_answers = &answer;                                                         \
    }                                                                                    \
    _Static_assert(1, "")

#define WRONG(function, test, name, says) ANSWER("wrong", function, #test, name, says);
#define CAUGHT(function, test, name, says) ANSWER("caught", function, #test, name, says);
#define RIGHT(function, name, says) ANSWER("right", function, "", name, says);

#endif
