// all numbers right, and a result that is neither true nor false, as where no return stands
// one_hot: "neither true nor false"
#include <string.h>

bool one_hot(float *out, const uint32_t *ids, size_t n_tokens, size_t vocab_size)
{
    for (size_t t = 0; t < n_tokens; t++)
        if (ids[t] >= vocab_size)
            return false;
    for (size_t j = 0; j < n_tokens * vocab_size; j++)
        out[j] = 0.0f;
    for (size_t t = 0; t < n_tokens; t++)
        out[t * vocab_size + ids[t]] = 1.0f;
    const int many = 43;
    bool result;
    memcpy(&result, &many, sizeof result);
    return result;
}
