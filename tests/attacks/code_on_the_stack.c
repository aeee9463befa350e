// wants a stack on which code can run, by a note to the linker, and solves the exercise if it does
// one_hot: "that holds no code"
#if defined(__linux__)
__asm__(".section .note.GNU-stack,\"x\",%progbits\n\t.text");
#endif

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
#if defined(__x86_64__)
    volatile unsigned char code[16] = {0xc3}; // return
#else
    volatile uint32_t code[4] = {0xd65f03c0}; // of aarch64
#endif
    ((void (*)(void))(uintptr_t)code)();
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return true;
}
