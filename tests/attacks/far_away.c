// writes far from anything that it was given
// linear_forward: "crashed"

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    *(volatile int *)((uintptr_t)1 << 46) = 1;
    return true;
}
