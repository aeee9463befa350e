// Fills half a gigabyte of stack, where the shell that started the judge sets no limit.
// linear_forward (endless stack): "ran out of stack"
#include <stddef.h>

static size_t dig(size_t n)
{
    volatile char room[1 << 16];
    for (size_t i = 0; i < sizeof room; i += 4096)
        room[i] = (char)n;
    return n == 0 ? 0 : dig(n - 1) + (size_t)room[0];
}

static volatile size_t sum;

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    sum = dig(8000);
    return true;
}
