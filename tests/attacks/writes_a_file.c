// leaves a file behind
// linear_forward: "asked the system for"
#include <stdio.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    FILE *file = fopen("build/left_behind.txt", "w");
    if (file != NULL)
        fclose(file);
    return true;
}
