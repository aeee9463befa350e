// asks for a megabyte again and again
// linear_forward: "ran out of memory"
#include <stdlib.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (;;) {
        volatile char *memory = malloc(1 << 20);
        memory[0] = 1; // all of it would take a slow machine longer than the time allowed
    }
}
