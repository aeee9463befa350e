// writes through a null pointer
// linear_forward: "crashed"

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    float *volatile nowhere = NULL;
    *(volatile float *)nowhere = 1.0f;
    return true;
}
