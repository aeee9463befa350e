// ignores every signal that it may, then never comes back
// linear_forward (one test): "was still running after 0.25 s of processor time"
#include <signal.h>

bool linear_forward(float *out, const float *x, const float *weight, size_t n_rows,
                    size_t n_in, size_t n_out)
{
    for (int number = 1; number < 31; number++)
        if (number != SIGILL && number != SIGBUS && number != SIGFPE && number != SIGSEGV)
            signal(number, SIG_IGN);
    for (volatile unsigned long turns = 0;; turns++)
        continue;
}
