// aborts: a crash must be told from a verdict
// cosine_similarity: "asked the system for"
#include <stdlib.h>

float cosine_similarity(const float *a, const float *b, size_t n)
{
    abort();
}
