// a gigabyte for each thread, which is asked for at the first use
// linear_forward (whole chapter): ""

_Thread_local char gigabyte[1 << 30];

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    gigabyte[n_rows << 20] = 1;
    return true;
}
