// longjmp to a place that it made up
// linear_forward: ""
#include <setjmp.h>

static jmp_buf nowhere;

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    longjmp(nowhere, 1);
}
