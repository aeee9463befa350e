// all numbers right, and no return: what it gives is what its helper has left in a register
// embedding_forward: "returned"
static bool gather(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                   size_t vocab_size, size_t d_model)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    return true;
}

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    gather(out, wte, ids, n_tokens, vocab_size, d_model);
}
