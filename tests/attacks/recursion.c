// calls itself without end
// linear_forward: "ran out of stack"

static volatile int depth;

__attribute__((noinline)) static int deeper(int n)
{
    volatile char frame[1024];
    frame[0] = (char)n;
    depth = deeper(n + 1) + frame[0];
    return depth;
}

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    return deeper(0) != 0;
}
