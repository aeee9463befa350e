// names that the dynamic loader looks for in libraries that audit it or start a program
// one_hot (whole chapter): "was never written"
#include <stdlib.h>

unsigned la_version(unsigned version)
{
    exit(0);
}

unsigned la_objopen(void *map, long space, unsigned long *cookie)
{
    exit(0);
}

int __libc_start_main(int (*run)(int, char **, char **))
{
    exit(0);
}

void __gmon_start__(void)
{
}

void __cxa_finalize(void *object)
{
    exit(0);
}

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    return true;
}
