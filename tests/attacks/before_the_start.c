// writes the number before the first
// matmul: "before the start of out"

bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    ((volatile float *)out)[-1] = 0.0f;
    return true;
}
