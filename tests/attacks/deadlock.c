// locks the same lock twice: waits for ever, and uses no processor time
// linear_forward (with seccomp): ""
extern int pthread_mutex_lock(void *mutex);

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    static _Alignas(16) unsigned char mutex[128];
    pthread_mutex_lock(mutex);
    pthread_mutex_lock(mutex);
    return true;
}
