// an array that wants to lie on a boundary of 4 MB
// linear_forward (whole chapter): ""
static _Alignas(1 << 22) volatile char aligned[1 << 22];

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    aligned[n_rows] = 1;
    return true;
}
