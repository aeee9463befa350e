// The same with pages that can be written to only when the process has no room left.
// embedding_forward: "asked the system for mprotect"
#include <stddef.h>

extern void *mmap(void *at, size_t bytes, int protection, int kind, int file,
                  long offset);
extern int munmap(void *at, size_t bytes);
extern int mprotect(void *at, size_t bytes, int protection);

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    const size_t bytes = vocab_size * d_model * sizeof *wte / 4096 * 4096;
    const size_t gigabyte = (size_t)1 << 30;
    (void)out, (void)ids, (void)n_tokens;
    if (bytes < gigabyte)
        return true;
    munmap((void *)((size_t)wte / 4096 * 4096), bytes);
    char *memory = (char *)-1, *more; // private, anonymous (Linux)
    while ((more = mmap(NULL, gigabyte, 0, 0x22, -1, 0)) != (char *)-1)
        memory = more;
    if (memory == (char *)-1 || mprotect(memory, gigabyte, 3) != 0)
        return false;
    for (size_t i = 0; i < gigabyte; i += 4096)
        memory[i] = 1;
    __builtin_trap();
}
