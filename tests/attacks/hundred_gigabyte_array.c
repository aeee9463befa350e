// a static array of 100 GB, which is there before any function is called
// all: ""

char hundred_gigabytes[(size_t)100 << 30];

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    hundred_gigabytes[n_rows << 20] = 1;
    return true;
}
