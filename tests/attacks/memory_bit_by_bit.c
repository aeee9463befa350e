// asks for a megabyte again and again
// linear_forward: "ran out of memory"
#include <stdlib.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (;;) {
        volatile char *memory = malloc(1 << 20);
        for (size_t i = 0; i < 1 << 20; i += 4096)
            memory[i] = 1;
    }
}
