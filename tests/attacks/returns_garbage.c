// all numbers right, and a result that is neither true nor false, as where no return stands
// one_hot: "neither true nor false"
int not_a_bool(float *out, const uint32_t *ids, size_t n_tokens,
               size_t vocab_size) __asm__("one_hot");

int not_a_bool(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return 0;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    return 43;
}
