// a child that shares its parent's memory
// linear_forward: "asked the system for"
#include <stdlib.h>
extern int vfork(void);

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    if (vfork() == 0)
        _Exit(0);
    return true;
}
