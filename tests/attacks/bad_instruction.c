// an instruction that does not exist
// linear_forward: "crashed"

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    __builtin_trap();
}
