// forbids the names that the rest of the program needs
// does not build: "poisoned"
#pragma GCC poison embedding_forward

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    return true;
}
