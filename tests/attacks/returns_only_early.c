// all numbers right, and no return behind them: a compiler may take the true of another one
// embedding_forward: "returned"
__attribute__((noinline)) static bool are_ids(const uint32_t *ids, size_t n_tokens,
                                              size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    return true;
}

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    if (n_tokens == 0)
        return true;
    if (!are_ids(ids, n_tokens, vocab_size))
        return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
}
