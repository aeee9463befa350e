// divides a whole number by zero
// linear_forward: ""

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    volatile size_t zero = 0;
    out[0] = (float)(n_rows / zero);
    return true;
}
