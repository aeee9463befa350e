// See sandbox.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#endif

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define HAVE_SECCOMP 1
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

// ---- waiting ------------------------------------------------------------------------

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// Processor time that a running child has used; 0 where the system does not tell (there
// RLIMIT_CPU and the deadline on the wall clock do the work).
static double cpu_seconds_of(pid_t child)
{
#if defined(__linux__)
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(child, &clock) == 0 && clock_gettime(clock, &used) == 0)
        return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
#else
    (void)child;
#endif
    return 0;
}

static struct ending ending_of(int status, const struct rusage *used)
{
    struct ending end = {.cause = ENDED_UNKNOWN};
    end.cpu_seconds = (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) +
                      1e-6 * (double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec);
    if (WIFEXITED(status)) {
        end.cause = ENDED_EXIT;
        end.status = WEXITSTATUS(status);
    } else if (WIFSIGNALED(status)) {
        end.status = WTERMSIG(status);
        end.cause = end.status == SIGXCPU ? ENDED_CPU_TIME : ENDED_SIGNAL;
    }
    return end;
}

struct ending wait_with_deadline(pid_t child, double cpu_seconds, double wall_seconds)
{
    const double start = seconds_now();
    struct timespec pause = {.tv_nsec = 20000};
    struct rusage used = {0};
    int status = 0;
    bool over_cpu = false, over_wall = false;

    for (;;) {
        pid_t ended = wait4(child, &status, WNOHANG, &used);
        if (ended == child || (ended < 0 && errno != EINTR))
            break;
        over_cpu = cpu_seconds_of(child) > cpu_seconds;
        over_wall = seconds_now() - start > wall_seconds;
        if (over_cpu || over_wall) {
            kill(child, SIGKILL);
            while (wait4(child, &status, 0, &used) < 0 && errno == EINTR)
                continue;
            break;
        }
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 2000000)
            pause.tv_nsec += pause.tv_nsec / 2;
    }
    kill(-child, SIGKILL); // what it may have left behind in its process group
    struct ending end = ending_of(status, &used);
    if (over_cpu)
        end.cause = ENDED_CPU_TIME;
    else if (over_wall)
        end.cause = ENDED_WALL_TIME;
    return end;
}

// ---- what both fences share ---------------------------------------------------------

// A macro, because the type of `resource` differs between systems.
#define LIMIT(resource, value)                                                           \
    setrlimit(resource, &(struct rlimit){(rlim_t)(value), (rlim_t)(value)})

void close_from(int first)
{
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, first, ~0u, 0) == 0)
        return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
        close(fd);
}

void default_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); // fails for SIGKILL and SIGSTOP, which is right
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool own_session(void)
{
    setsid();
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#else
    return true;
#endif
}

// ---- the fence around a function ----------------------------------------------------

#if defined(HAVE_SECCOMP)

// What computing, malloc, printf to a closed descriptor and the loader ask for. Nothing
// here reaches a file, a process, a clock's alarm or the network.
static const unsigned allowed_calls[] = {
    SYS_read,         SYS_pread64,     SYS_write,        SYS_writev, SYS_close,
    SYS_fstat,        SYS_newfstatat,  SYS_lseek,        SYS_mmap,   SYS_munmap,
    SYS_mprotect,     SYS_mremap,      SYS_brk,          SYS_getuid, SYS_getrandom,
    SYS_rt_sigaction, SYS_sigaltstack, SYS_rt_sigreturn, SYS_getpid, SYS_rt_sigprocmask,
    SYS_gettid,       SYS_fcntl,       SYS_sched_yield,  SYS_uname,  SYS_clock_gettime,
    SYS_gettimeofday, SYS_exit,        SYS_exit_group,
#if defined(HAVE_ASAN)
    SYS_readlink,     SYS_getppid,
#endif
};

// What libraries ask for in passing and do well without: answered with an error number, 0
// for "done", and not carried out. As root, madvise could take memory away from everybody.
static const struct {
    unsigned number, error;
} answered_calls[] = {{SYS_madvise, 0}, {SYS_ioctl, ENOTTY}};

enum {
    N_ALLOWED = sizeof allowed_calls / sizeof *allowed_calls,
    N_ANSWERED = sizeof answered_calls / sizeof *answered_calls
};

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#else
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

// Everything that is not allowed raises SIGSYS and is not carried out, whatever the
// process does about the signal. The other numberings of x86-64 (32 bit, x32) kill.
static bool install_filter(void)
{
    struct sock_filter code[2 * (N_ALLOWED + N_ANSWERED) + 16];
    unsigned short n = 0;
    const unsigned at_arch = (unsigned)offsetof(struct seccomp_data, arch);
    const unsigned at_number = (unsigned)offsetof(struct seccomp_data, nr);
    const unsigned at_operation = (unsigned)offsetof(struct seccomp_data, args[1]);

    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at_arch);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at_number);
    for (size_t i = 0; i < N_ALLOWED + N_ANSWERED; i++) {
        bool allow = i < N_ALLOWED;
        unsigned number = allow ? allowed_calls[i] : answered_calls[i - N_ALLOWED].number;
        unsigned answer = allow ? SECCOMP_RET_ALLOW
                                : SECCOMP_RET_ERRNO | answered_calls[i - N_ALLOWED].error;
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
    }
    // A futex may be woken, which a lock does when it is left. There is one thread: to wait
    // for one would be to wait for ever. (FUTEX_WAKE is 1, below flags from 128 on.)
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 4);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at_operation);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 127);
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {.len = n, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif

// The report of this process, and whether the loader may still open its object. Globals,
// because a signal handler is told nothing.
static struct fence_report *fence_report;
static volatile sig_atomic_t object_is_waiting;

// Asked once, in the parent: behind the fence the question itself is forbidden. The kernel
// answers EFAULT to a filter at no address, and EINVAL if it knows no filters.
static bool filter_works(void)
{
    static int answer = -1;
#if defined(HAVE_SECCOMP)
    if (answer < 0)
        answer = getenv("JUDGE_WITHOUT_SECCOMP") == NULL &&
                 prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 && errno == EFAULT;
#endif
    return answer == 1;
}

static void *stack_pointer_at(const void *context)
{
#if defined(__linux__) && defined(__x86_64__)
    return (void *)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
#elif defined(__linux__) && defined(__aarch64__)
    return (void *)((const ucontext_t *)context)->uc_mcontext.sp;
#else
    (void)context;
    return NULL;
#endif
}

static int is_write_at(const void *context)
{
#if defined(__linux__) && defined(__x86_64__)
    return ((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2 ? 1 : 0;
#else
    (void)context;
    return -1;
#endif
}

// Ends the process. Not by _exit: before a call that does not return the sanitizer asks
// the system about the stack, which it may not do here.
static void end_in_handler(int status)
{
#if defined(__linux__)
    syscall(SYS_exit_group, status);
#else
    _exit(status);
#endif
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    fence_report->fault_errno = errno;
    fence_report->fault_address = info->si_addr;
    fence_report->stack_pointer = stack_pointer_at(context);
    fence_report->fault_is_write = is_write_at(context);
    fence_report->fault_signal = number;
    end_in_handler(111);
}

#if defined(HAVE_SECCOMP)

// The result of the system call that was stopped, as the caller will see it.
static void set_result(void *context, long result)
{
    ucontext_t *state = context;
#if defined(__x86_64__)
    state->uc_mcontext.gregs[REG_RAX] = result;
#else
    state->uc_mcontext.regs[0] = (unsigned long long)result;
#endif
}

static void on_forbidden_call(int number, siginfo_t *info, void *context)
{
    (void)number;
    bool opens = info->si_syscall == SYS_openat;
#if defined(SYS_open)
    opens = opens || info->si_syscall == SYS_open;
#endif
    if (opens && object_is_waiting) {
        object_is_waiting = 0;
        set_result(context, 0);
        return;
    }
    fence_report->asked_for = info->si_syscall;
    end_in_handler(112);
}

#endif

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(number, &action, NULL);
}

static void handle_faults(void)
{
    static char stack[1 << 16];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    handle(SIGSEGV, on_fault);
    handle(SIGBUS, on_fault);
    handle(SIGFPE, on_fault);
    handle(SIGILL, on_fault);
#if defined(HAVE_SECCOMP)
    handle(SIGSYS, on_forbidden_call);
#endif
}

#if !defined(HAVE_ASAN)

// Bytes of address space in use; 0 where the system does not tell.
static size_t address_space_in_use(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%zu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#endif

static void limit_function(size_t memory_bytes)
{
    LIMIT(RLIMIT_CORE, 0);
    LIMIT(RLIMIT_FSIZE, 0);
    LIMIT(RLIMIT_CPU, 30); // the parent's deadline is the real one
#if !defined(HAVE_ASAN)
    size_t in_use = address_space_in_use();
    if (in_use > 0)
        LIMIT(RLIMIT_AS, (double)in_use + (double)memory_bytes);
#else
    (void)memory_bytes; // the sanitizer's shadow reserves terabytes
#endif
    LIMIT(RLIMIT_NPROC, 0);
    LIMIT(RLIMIT_NOFILE, 64); // the filter opens none at all
}

// Puts `object` on descriptor 0 and `ready` on 1, whatever numbers they came with.
static bool keep_only(int object, int ready)
{
    int high_object = object < 0 ? -1 : fcntl(object, F_DUPFD, 3);
    int high_ready = fcntl(ready, F_DUPFD, 3);
    if (high_ready < 0 || dup2(high_ready, 1) != 1)
        return false;
    if (object >= 0 && (high_object < 0 || dup2(high_object, 0) != 0))
        return false;
    if (object < 0)
        close(0);
    close_from(2);
    return true;
}

bool fence_enter(int object, int ready, size_t memory_bytes, struct fence_report *report)
{
    fence_report = report;
    report->asked_for = -1;
    default_signals();
    limit_function(memory_bytes);
    if (!own_session() || !keep_only(object, ready))
        return false;
    handle_faults();
    object_is_waiting = object >= 0;
#if defined(HAVE_SECCOMP)
    if (filter_works() && !install_filter())
        return false;
#endif
    return write(1, "", 1) == 1 && close(1) == 0;
}

void fence_loaded(void)
{
    if (!filter_works())
        LIMIT(RLIMIT_NOFILE, 0);
}

const char *fence_level(void)
{
    return filter_works() ? "seccomp" : "limits only";
}

const char *system_call_name(int number)
{
#if defined(__linux__)
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SYS_openat, "open (a file)"},
        {SYS_clone, "fork (a process or a thread)"},
        {SYS_execve, "execve (a program)"},
        {SYS_kill, "kill"},
        {SYS_tgkill, "tgkill (a signal)"},
        {SYS_socket, "socket (the network)"},
        {SYS_ptrace, "ptrace"},
        {SYS_setitimer, "setitimer"},
        {SYS_clock_nanosleep, "clock_nanosleep (sleep)"},
        {SYS_nanosleep, "nanosleep (sleep)"},
        {SYS_unlinkat, "unlink (a file)"},
        {SYS_prctl, "prctl"},
        {SYS_prlimit64, "prlimit64"},
        {SYS_memfd_create, "memfd_create"},
        {SYS_process_vm_readv, "process_vm_readv"},
        {SYS_process_vm_writev, "process_vm_writev"},
        {SYS_wait4, "wait4 (a process)"},
        {SYS_setsid, "setsid"},
        {SYS_getppid, "getppid"},
        {SYS_pidfd_open, "pidfd_open"},
        {SYS_futex, "futex (wait)"},
        {SYS_ppoll, "ppoll (wait)"},
        {SYS_pselect6, "pselect (wait)"},
        {SYS_execveat, "execveat (a program)"},
        {SYS_unshare, "unshare"},
        {SYS_setrlimit, "setrlimit"},
        {SYS_rt_sigtimedwait, "sigwait"},
        {SYS_rt_sigsuspend, "sigsuspend (wait)"},
        {SYS_personality, "personality"},
#if defined(SYS_clone3)
        {SYS_clone3, "fork (a process or a thread)"},
#endif
#if defined(SYS_fork)
        {SYS_fork, "fork (a process)"},
        {SYS_vfork, "vfork (a process)"},
        {SYS_open, "open (a file)"},
        {SYS_pause, "pause (wait)"},
        {SYS_alarm, "alarm"},
        {SYS_poll, "poll (wait)"},
        {SYS_select, "select (wait)"},
        {SYS_unlink, "unlink (a file)"},
        {SYS_creat, "creat (a file)"},
#endif
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
#else
    (void)number;
#endif
    return "a system call";
}
