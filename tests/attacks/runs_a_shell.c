// runs a command
// cosine_similarity: "asked the system for"
#include <stdlib.h>

float cosine_similarity(const float *a, const float *b, size_t n)
{
    return system("exit 0") == 0 ? 1.0f : 0.5f;
}
