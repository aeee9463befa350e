// returns with strings running backwards and unaligned access forbidden
// linear_forward: ""

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
#if defined(__x86_64__)
    __asm__ volatile("std\n\tpushfq\n\torq $0x40000, (%%rsp)\n\tpopfq"
                     :
                     :
                     : "memory", "cc");
#endif
    return true;
}
