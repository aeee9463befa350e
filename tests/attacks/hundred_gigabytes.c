// asks for 100 GB and writes to all of it
// linear_forward: "ran out of memory"
#include <stdlib.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    char *memory = malloc((size_t)100 << 30);
    for (size_t i = 0; i < (size_t)100 << 30; i += 4096)
        ((volatile char *)memory)[i] = 1;
    return true;
}
