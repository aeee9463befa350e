// makes the guard pages writable and writes all over them
// embedding_forward: "asked the system for mprotect"
extern int mprotect(void *at, size_t bytes, int protection);

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    unsigned char *end = (unsigned char *)(out + n_tokens * d_model);
    unsigned char *page = (unsigned char *)(((uintptr_t)end + 4095) & ~(uintptr_t)4095);
    if (mprotect(page, 4096, 3) == 0)
        for (size_t i = 0; i < 4096; i++)
            page[i] = 0;
    return true;
}
