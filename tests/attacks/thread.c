// leaves a thread behind that writes after the return
// one_hot: "asked the system for"
#include <stdlib.h>
extern int pthread_create(unsigned long *thread, const void *attributes,
                          void *(*start)(void *), void *argument);

static void *scribble(void *out)
{
    for (;;)
        ((volatile float *)out)[0] = 1.0f;
}

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    unsigned long thread;
    if (pthread_create(&thread, NULL, scribble, out) != 0)
        abort();
    return true;
}
