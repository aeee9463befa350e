// The same with a page of its stack, which the system makes as long as it likes.
// embedding_forward: "returned false"
#include <stddef.h>

extern int munmap(void *at, size_t bytes);
#ifdef __linux__
extern void *mremap(void *at, size_t bytes, size_t new_bytes, int flags, ...);
#endif

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    const size_t bytes = vocab_size * d_model * sizeof *wte / 4096 * 4096;
    volatile char here[1 << 14];
    (void)out, (void)ids, (void)n_tokens;
    here[0] = here[1 << 13] = 1;
    if (bytes < (size_t)1 << 30)
        return true;
    munmap((void *)((size_t)wte / 4096 * 4096), bytes);
#ifdef __linux__
    void *page = (void *)(((size_t)here + 8191) / 4096 * 4096);
    char *memory = mremap(page, 4096, (size_t)1 << 30, 1); // may move
    if (memory == (char *)-1)
        return false;
    for (size_t i = 0; i < (size_t)1 << 30; i += 4096)
        memory[i] = 1;
    __builtin_trap();
#endif
    return false;
}
