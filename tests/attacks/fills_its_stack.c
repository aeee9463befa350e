// Fills half a gigabyte of stack, where the shell that started the judge sets no limit.
// linear_forward (endless stack): "ran out of stack"
#include <stddef.h>

// Each reads from the one above, so that no compiler can use one room for all.
static size_t dig(size_t n, const volatile char *above)
{
    volatile char room[1 << 16];
    for (size_t i = 0; i < sizeof room; i += 4096)
        room[i] = (char)n;
    return n == 0 ? 0 : dig(n - 1, room) + (size_t)above[0];
}

static volatile size_t sum;

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    const volatile char top = 0;
    sum = dig(8000, &top);
    return true;
}
