// Somebody who cannot be killed holds nobody up: a child whose tracer does not look is killed
// and stays, as one does that the kernel holds. Prints "ok NAME", "not ok NAME: why" or
// "left out: what". Linked with the judge's sandbox.o.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "judge/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)

#include <sys/prctl.h>
#include <sys/ptrace.h>

static pid_t start_held(void)
{
    const pid_t child = fork();
    if (child == 0) {
        end_with_parent();
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
        for (;;)
            pause();
    }
    return child;
}

// Says '1' if it holds the other one, and '0' if it may not.
static pid_t start_holder(pid_t held, int says)
{
    const pid_t holder = fork();
    if (holder == 0) {
        bool holds = false;
        end_with_parent();
        for (int i = 0; i < 100 && !holds;
             i++) { // the other one may have to allow it yet
            holds = ptrace(PTRACE_SEIZE, held, NULL, NULL) == 0;
            nanosleep(&(struct timespec){0, 10000000}, NULL);
        }
        if (write(says, holds ? "1" : "0", 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    return holder;
}

int main(void)
{
    int ends[2];
    char holds = '0';
    if (pipe(ends) != 0)
        return 1;
    const pid_t held = start_held(), holder = start_holder(held, ends[1]);
    if (read(ends[0], &holds, 1) != 1 || holds != '1') {
        puts("left out: nobody may trace another here, to see who waits for whom");
        kill(held, SIGKILL);
        kill(holder, SIGKILL);
        return 0;
    }
    alarm(60);
    const time_t start = time(NULL);
    const struct ending end = wait_with_deadline(held, 10, 0.1);
    const time_t seconds = time(NULL) - start;
    kill(holder, SIGKILL);
    const bool good = end.cause == ENDED_WALL_TIME && seconds < 30;
    printf("%s who is killed and does not end holds nobody up", good ? "ok" : "not ok");
    if (!good)
        printf(": %d s, cause %d", (int)seconds, (int)end.cause);
    putchar('\n');
    return 0;
}

#else

int main(void)
{
    puts("left out: who cannot be killed is made on Linux only");
    return 0;
}

#endif
