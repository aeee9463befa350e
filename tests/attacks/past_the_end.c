// writes one number too many
// matmul: "past the end of out"

bool matmul(float *out, const float *a, const float *b, size_t n_rows, size_t n_inner,
            size_t n_cols)
{
    for (size_t j = 0; j <= n_rows * n_cols; j++)
        ((volatile float *)out)[j] = 0.0f;
    return true;
}
