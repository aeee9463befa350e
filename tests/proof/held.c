// Somebody who cannot be killed holds nobody up: a child whose tracer does not look is killed
// and stays, as one does that the kernel holds. And where the kernel takes every filter to look at
// and never answers, a command that judges finds that out. Prints "ok NAME", "not ok NAME: why"
// or "left out: what". Linked with the judge's sandbox.o.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "judge/sandbox.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)

#if defined(__has_include)
#if __has_include(<linux/filter.h>) && __has_include(<linux/seccomp.h>)
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif
#endif
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

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

// From here on whoever installs a filter waits for an answer that nobody gives.
static bool hang_on_filters(void)
{
#if defined(SECCOMP_RET_USER_NOTIF) && defined(SECCOMP_FILTER_FLAG_NEW_LISTENER)
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), // no filter, only a question
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                   &program) >= 0;
#else
    return false;
#endif
}

// 0: found out. 1: not. 2: there is no such kernel to be had.
static int find_out(void)
{
    const char *asked = getenv("JUDGE_WITHOUT_SECCOMP");
    if ((asked != NULL && strcmp(asked, "0") != 0) ||
        freopen("/dev/null", "w", stderr) == NULL || !hang_on_filters())
        return 2;
    alarm(60);
    unsetenv("JUDGE_WITHOUT_SECCOMP");
    fence_try();
    asked = getenv("JUDGE_WITHOUT_SECCOMP");
    return fence_level()[0] == 's' || asked == NULL || strcmp(asked, "1") != 0;
}

static void try_hanging_kernel(void)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(find_out());
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        puts("left out: no filter can be made to hang here");
    else
        printf("%s where filters hang, that is found out\n",
               WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "ok" : "not ok");
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
    fflush(stdout);
    alarm(120);
    try_hanging_kernel();
    return 0;
}

#else

int main(void)
{
    puts("left out: who cannot be killed is made on Linux only");
    return 0;
}

#endif
