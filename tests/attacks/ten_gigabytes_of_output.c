// prints 10 GB
// linear_forward: ""
#include <stdio.h>
#include <string.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    static char line[1 << 20];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 10240; i++) {
        fwrite(line, 1, sizeof line, stdout);
        fwrite(line, 1, sizeof line, stderr);
    }
    return true;
}
