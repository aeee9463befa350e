// never comes back, and computes
// linear_forward: "was still running"

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (volatile unsigned long turns = 0;; turns++)
        continue;
}
