// The same with memory that grows downwards, which the system counts as a stack and not as data.
// embedding_forward: "asked the system for mmap"
#include <stddef.h>

extern void *mmap(void *at, size_t bytes, int protection, int kind, int file,
                  long offset);
extern int munmap(void *at, size_t bytes);

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    const size_t bytes = vocab_size * d_model * sizeof *wte / 4096 * 4096;
    (void)out, (void)ids, (void)n_tokens;
    if (bytes < (size_t)1 << 30)
        return false;
    munmap((void *)((size_t)wte / 4096 * 4096), bytes);
    // private, anonymous, growing downwards (Linux)
    char *memory = mmap(NULL, (size_t)1 << 30, 3, 0x122, -1, 0);
    for (size_t i = 0; memory != (char *)-1 && i < (size_t)1 << 30; i += 4096)
        memory[i] = 1;
    return memory != (char *)-1;
}
