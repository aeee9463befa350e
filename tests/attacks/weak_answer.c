// a weak function, in the hope that a strong right one takes its place
// linear_forward (whole chapter): "was never written"
__attribute__((weak)) bool linear_forward(float *out, const float *x, const float *weight,
                                          size_t n_rows, size_t n_in, size_t n_out)
{
    return true;
}
