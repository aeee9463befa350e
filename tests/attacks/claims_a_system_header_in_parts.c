// the same with a comment within the mark
// embedding_forward: "returned"
#/* */ 3 "/usr/include/stdbool.h" 3

// Nobody may take for true what was read last.
bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    volatile bool done = true;
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t t = 0; t < n_tokens; t++)
        for (size_t i = 0; i < d_model; i++)
            out[t * d_model + i] = wte[ids[t] * d_model + i];
    (void)done;
}
