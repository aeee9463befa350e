// an indirect function, whose resolver runs inside the loader
// linear_forward (whole chapter): "was never written"

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
static bool pretend(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    return true;
}

__attribute__((used)) static void *choose(void)
{
    return (void *)pretend;
}

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out) __attribute__((ifunc("choose")));
#else
bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    return true;
}
#endif
