// comes back from a frame that is gone
// matmul: ""
#include <setjmp.h>

static jmp_buf here;
static int visits;

__attribute__((noinline)) static int mark(void)
{
    return setjmp(here);
}

bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    mark();
    if (visits++ < 3)
        longjmp(here, visits);
    return true;
}
