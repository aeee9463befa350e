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
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <dirent.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#endif

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) &&               \
    defined(__has_include)
#if __has_include(<linux/audit.h>) && __has_include(<linux/seccomp.h>)
#define HAVE_SECCOMP 1
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif
#endif

#if defined(__linux__) && !defined(MAP_FIXED_NOREPLACE)
#define MAP_FIXED_NOREPLACE 0x100000
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

static void wake_up(int number)
{
    (void)number;
}

// Until a child ends, or the seconds have passed: SIGCHLD is blocked but here, so that it
// never comes between a look and this.
static void nap(double seconds, const sigset_t *unblocked)
{
    const double all = fmin(fmax(seconds, 1e-3), 1);
    const struct timespec time = {(time_t)all, (long)(1e9 * (all - floor(all)))};
    pselect(0, NULL, NULL, NULL, &time, unblocked);
}

// ---- who sleeps ---------------------------------------------------------------------

#if defined(__linux__)

enum { MAX_PROCESSES = 65536, MAX_BELOW = 256 };
struct process {
    int number, parent;
    char state;
    long ticks; // of processor time
};

// What /proc/NUMBER/stat says. False if it has ended meanwhile.
static bool read_process(const char *number, struct process *process)
{
    char path[64], text[512];
    long user, system;
    snprintf(path, sizeof path, "/proc/%.20s/stat", number);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file >= 0 ? read(file, text, sizeof text - 1) : -1;
    if (file >= 0)
        close(file);
    text[n > 0 ? n : 0] = '\0';
    const char *behind = strrchr(text, ')'); // its name may hold anything
    process->number = atoi(number);
    if (behind == NULL ||
        sscanf(behind, ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
               &process->state, &process->parent, &user, &system) != 4)
        return false;
    process->ticks = user + system;
    return true;
}

static size_t read_processes(struct process *all)
{
    DIR *folder = opendir("/proc");
    size_t n = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && n < MAX_PROCESSES)
            n += read_process(entry->d_name, &all[n]);
    if (folder != NULL)
        closedir(folder);
    return n;
}

static bool is_among(const struct process *some, size_t n, int number)
{
    for (size_t i = 0; i < n; i++)
        if (some[i].number == number)
            return true;
    return false;
}

// Brings `first` and all that it has started, and what these have, to the front. How many
// they are.
static size_t bring_forward(struct process *all, size_t n, pid_t first)
{
    size_t n_below = 0;
    for (size_t i = 0; i < n && n_below < MAX_BELOW; i++)
        if ((n_below == 0 && all[i].number == first) ||
            (i >= n_below && is_among(all, n_below, all[i].parent))) {
            const struct process found = all[i];
            all[i] = all[n_below];
            all[n_below++] = found;
            i = n_below - 1; // a child may have a smaller number
        }
    return n_below;
}

// What a process and all below it have used together if they sleep, and -1 if one of them
// does something else.
static long ticks_of_sleepers(pid_t first)
{
    struct process *all = malloc(MAX_PROCESSES * sizeof *all);
    const size_t n_all = all != NULL ? read_processes(all) : 0;
    const size_t n = bring_forward(all, n_all, first);
    long ticks = n > 0 ? 0 : -1;
    for (size_t i = 0; i < n && ticks >= 0; i++)
        ticks = all[i].state == 'S' || all[i].state == 'Z' ? ticks + all[i].ticks : -1;
    free(all);
    return ticks;
}

#else

static long ticks_of_sleepers(pid_t first)
{
    (void)first;
    return -1;
}

#endif

// How often, a second apart and one after the other, somebody was seen asleep.
struct sleep {
    double seen_at;
    long ticks;
    int times;
};

static void look_for_sleep(struct sleep *sleep, pid_t child)
{
    const double now = seconds_now();
    if (now - sleep->seen_at < 0.95)
        return;
    const long ticks = ticks_of_sleepers(child);
    sleep->times = ticks >= 0 && ticks == sleep->ticks ? sleep->times + 1 : 0;
    sleep->ticks = ticks;
    sleep->seen_at = now;
}

// ---- who comes to an end ------------------------------------------------------------

// Somebody who is killed may not be able to end: the kernel holds him, or who traces him does not
// look. For him, too, nobody waits for ever.
enum { DYING_SECONDS = 5 };

static void kill_and_wait(pid_t child, const sigset_t *unblocked, int *status,
                          struct rusage *used)
{
    const double end = seconds_now() + DYING_SECONDS;
    kill(child, SIGKILL);
    for (;;) {
        const pid_t ended = wait4(child, status, WNOHANG, used);
        const double left = end - seconds_now();
        if (ended == child || (ended < 0 && errno != EINTR) || left < 0)
            return;
        nap(left, unblocked);
    }
}

// ENDED_EXIT if it ended by itself, else the deadline that it was killed at. (A process does
// not age faster than the time goes, unless it has threads: then RLIMIT_CPU ends it.)
static enum cause wait_or_kill(pid_t child, double cpu_seconds, double wall_seconds,
                               int asleep_seconds, const sigset_t *unblocked, int *status,
                               struct rusage *used)
{
    const double start = seconds_now();
    struct sleep sleep = {.seen_at = start, .ticks = -1};
    for (;;) {
        const pid_t ended = wait4(child, status, WNOHANG, used);
        if (ended == child || (ended < 0 && errno != EINTR))
            return ENDED_EXIT;
        const double cpu_left = cpu_seconds - cpu_seconds_of(child),
                     wall_left = wall_seconds - (seconds_now() - start);
        if (asleep_seconds > 0)
            look_for_sleep(&sleep, child);
        const bool sleeps = asleep_seconds > 0 && sleep.times >= asleep_seconds;
        if (cpu_left < 0 || wall_left < 0 || sleeps) {
            kill_and_wait(child, unblocked, status, used);
            return cpu_left < 0 ? ENDED_CPU_TIME
                   : sleeps     ? ENDED_ASLEEP
                                : ENDED_WALL_TIME;
        }
        nap(fmin(cpu_left, wall_left), unblocked);
    }
}

struct ending wait_with_deadline(pid_t child, double cpu_seconds, double wall_seconds)
{
    return wait_for_waking(child, cpu_seconds, wall_seconds, 0);
}

struct ending wait_for_waking(pid_t child, double cpu_seconds, double wall_seconds,
                              int asleep_seconds)
{
    struct sigaction before, at_end = {.sa_handler = wake_up}; // ends a nap
    sigset_t blocked, mask;
    struct rusage used = {0};
    int status = 0;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &mask);
    sigaction(SIGCHLD, &at_end, &before);
    sigset_t unblocked = mask;
    sigdelset(&unblocked, SIGCHLD);
    const enum cause killed = wait_or_kill(child, cpu_seconds, wall_seconds,
                                           asleep_seconds, &unblocked, &status, &used);
    sigaction(SIGCHLD, &before, NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    kill(-child, SIGKILL); // what it may have left behind in its process group
    struct ending end = ending_of(status, &used);
    if (killed != ENDED_EXIT)
        end.cause = killed;
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

bool end_with_parent(void)
{
#if defined(__linux__)
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
#else
    return true;
#endif
}

bool own_session(void)
{
    setsid();
#if defined(__linux__)
    return end_with_parent() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#else
    return true;
#endif
}

// ---- the fence around a function ----------------------------------------------------

#if defined(HAVE_SECCOMP)

// What computing, malloc, sorting, formatting, the clock, abort and the loader ask for.
// Nothing here reaches a file, a process, a clock's alarm or the network.
static const unsigned allowed_calls[] = {
    SYS_read,         SYS_pread64,       SYS_write,          SYS_writev,
    SYS_close,        SYS_fstat,         SYS_lseek,          SYS_munmap,
    SYS_brk,          SYS_getuid,        SYS_getrandom,      SYS_getpid,
    SYS_rt_sigreturn, SYS_gettid,        SYS_rt_sigprocmask, SYS_fcntl,
    SYS_sysinfo,      SYS_clock_gettime, SYS_gettimeofday,   SYS_exit,
    SYS_exit_group,   SYS_getrusage,     SYS_futex,          SYS_tgkill,
    SYS_tkill,        SYS_mmap,          SYS_mprotect,       SYS_rt_sigaction,
#if defined(SYS_time)
    SYS_time,
#endif
#if defined(HAVE_ASAN)
    SYS_getppid,      SYS_sigaltstack,
#if defined(SYS_readlink)
    SYS_readlink,
#endif
#endif
};

// What libraries ask for in passing and do well without: answered with an error number, 0
// for "done", and not carried out. As root, madvise could take memory away from everybody. Who
// only ever lets others go first would wait for a long time and use none of the processor's.
// A path is not even looked at, and what the machine is called is nobody's business. mremap
// would move code to a place of its choice, and make a stack as long as one likes, which the
// system counts as no memory: realloc copies instead.
static const struct {
    unsigned number, error;
} answered_calls[] = {{SYS_madvise, 0},    {SYS_sched_yield, 0}, {SYS_ioctl, ENOTTY},
                      {SYS_dup, EBADF},    {SYS_statx, EACCES},  {SYS_uname, EACCES},
                      {SYS_mremap, ENOSYS}};

// What may be asked for only with some arguments: stopped if the bits of `mask` in one of
// them are `value`, or, where it says ONLY, if they are not. Rules for one call stand side
// by side.
enum { NEVER, ONLY };
struct rule {
    unsigned number, argument, mask, value, only;
};
static const struct rule all_rules[] = {
    // A futex may be woken, which a lock does when it is left. There is one thread: to wait
    // for one would be to wait for ever. (FUTEX_WAKE is 1, below flags from 128 on.)
    {SYS_futex, 1, 127, 1, ONLY},
    // abort, and nothing else, sends a signal. (To this process alone: see install_filter.)
    {SYS_tgkill, 2, ~0u, SIGABRT, ONLY},
    {SYS_tkill, 1, ~0u, SIGABRT, ONLY},
    // On old systems this waits until there is chance enough. (GRND_RANDOM)
    {SYS_getrandom, 2, 2, 2, NEVER},
    // Flags and locks belong to the open file, which others share: only F_GETFD, F_SETFD and
    // F_GETFL, which are 1 to 3.
    {SYS_fcntl, 1, ~3u, 0, ONLY},
    {SYS_fcntl, 1, ~0u, F_DUPFD, NEVER},
    // Code stays what it was when it was loaded: nothing becomes executable.
    {SYS_mprotect, 2, PROT_EXEC, PROT_EXEC, NEVER},
    // What can be written to is memory, and is counted when it is mapped: when it becomes so
    // later, the system does not count it where a process has no room left.
    {SYS_mprotect, 2, PROT_WRITE, PROT_WRITE, NEVER},
    // Memory that is shared is no part of what a process may have.
    {SYS_mmap, 3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS, NEVER},
    // What grows downwards is a stack to the kernel, and no memory.
    {SYS_mmap, 3, MAP_GROWSDOWN, MAP_GROWSDOWN, NEVER},
    // The signals whose handlers are the fence's own.
    {SYS_rt_sigaction, 0, ~0u, SIGSYS, NEVER},
    {SYS_rt_sigaction, 0, ~0u, SIGSEGV, NEVER},
    {SYS_rt_sigaction, 0, ~0u, SIGBUS, NEVER},
    {SYS_rt_sigaction, 0, ~0u, SIGFPE, NEVER},
    {SYS_rt_sigaction, 0, ~0u, SIGILL, NEVER},
    // The exit statuses that mean something to the judge: the fence ends by SYS_exit.
    {SYS_exit_group, 0, EXIT_OURS, EXIT_OURS, NEVER},
};

// Code is what lies in the object: a page of descriptor 0 that nobody can write to. The
// loader closes that before any code of the object runs, and nothing ever opens another.
static const struct rule code_rules[] = {
    {SYS_mmap, 2, PROT_WRITE, PROT_WRITE, NEVER},
    {SYS_mmap, 3, MAP_ANONYMOUS, MAP_ANONYMOUS, NEVER},
    {SYS_mmap, 4, ~0u, 0, ONLY},
};

enum {
    N_ALLOWED = sizeof allowed_calls / sizeof *allowed_calls,
    N_ANSWERED = sizeof answered_calls / sizeof *answered_calls,
    N_RULES = sizeof all_rules / sizeof *all_rules,
    N_CODE_RULES = sizeof code_rules / sizeof *code_rules,
    WORDS = 16, // of 32 calls each
    FILTER_SIZE = 5 * (N_RULES + N_CODE_RULES + 8) + 2 * N_ANSWERED + 7 * WORDS + 16
};

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#else
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

struct filter {
    struct sock_filter code[FILTER_SIZE];
    unsigned short n;
};

enum { STOP = SECCOMP_RET_TRAP };

static void emit(struct filter *f, unsigned code, unsigned k, unsigned char if_true,
                 unsigned char if_false)
{
    f->code[f->n++] = (struct sock_filter){(unsigned short)code, if_true, if_false, k};
}

static void emit_load(struct filter *f, size_t at)
{
    emit(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0);
}

static void emit_return(struct filter *f, unsigned what)
{
    emit(f, BPF_RET | BPF_K, what, 0, 0);
}

// The low half of an argument: where we look, only that half means anything.
static void emit_argument(struct filter *f, unsigned argument, unsigned mask)
{
    emit_load(f, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
    if (mask != ~0u)
        emit(f, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
}

// Begins what is only for one call; `end_part` says where that ends.
static unsigned short begin_part(struct filter *f, unsigned number)
{
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 0);
    return (unsigned short)(f->n - 1);
}

static void end_part(struct filter *f, unsigned short begin)
{
    emit_load(f, offsetof(struct seccomp_data, nr));
    f->code[begin].jf = (unsigned char)(f->n - begin - 1);
}

static void emit_rules(struct filter *f, const struct rule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        emit_argument(f, rules[i].argument, rules[i].mask);
        emit(f, BPF_JMP | BPF_JEQ | BPF_K, rules[i].value, rules[i].only == ONLY,
             rules[i].only != ONLY);
        emit_return(f, STOP);
    }
}

static void emit_all_rules(struct filter *f)
{
    for (size_t i = 0, end; i < N_RULES; i = end) {
        for (end = i; end < N_RULES && all_rules[end].number == all_rules[i].number;)
            end++;
        const unsigned short begin = begin_part(f, all_rules[i].number);
        emit_rules(f, all_rules + i, end - i);
        end_part(f, begin);
    }
}

// abort means the process itself.
static void emit_self(struct filter *f, unsigned number)
{
    const struct rule rule = {number, 0, ~0u, (unsigned)getpid(), ONLY};
    const unsigned short begin = begin_part(f, number);
    emit_rules(f, &rule, 1);
    end_part(f, begin);
}

static void emit_code_rules(struct filter *f)
{
    const unsigned short begin = begin_part(f, SYS_mmap);
    emit_argument(f, 2, PROT_EXEC);
    const unsigned short is_code = begin_part(f, PROT_EXEC);
    emit_rules(f, code_rules, N_CODE_RULES);
    end_part(f, is_code);
    end_part(f, begin);
}

// Memory in the place of other pages takes no more room, so the system counts none of it:
// only pages of the object may come there so. (What the loader wants besides: see on_forbidden_call.)
static void emit_place_rule(struct filter *f)
{
#if !defined(HAVE_ASAN) // where there are no limits
    const struct rule rule = {SYS_mmap, 4, ~0u, 0, ONLY};
    const unsigned short begin = begin_part(f, SYS_mmap);
    emit_argument(f, 3, MAP_FIXED | MAP_SHARED);
    const unsigned short is_fixed = begin_part(f, MAP_FIXED);
    emit_argument(f, 2, PROT_WRITE);
    const unsigned short is_memory = begin_part(f, PROT_WRITE);
    emit_rules(f, &rule, 1);
    end_part(f, is_memory);
    end_part(f, is_fixed);
    end_part(f, begin);
#else
    (void)f;
#endif
}

// What is left is allowed or not by its number alone: that modulo 32, X, picks a bit.
static bool emit_allowed(struct filter *f)
{
    unsigned words[WORDS] = {0};
    for (size_t i = 0; i < N_ALLOWED; i++)
        if (allowed_calls[i] / 32 >= WORDS)
            return false;
        else
            words[allowed_calls[i] / 32] |= 1u << allowed_calls[i] % 32;
    unsigned left = 0;
    for (unsigned w = 0; w < WORDS; w++)
        left += words[w] != 0;
    emit(f, BPF_ALU | BPF_AND | BPF_K, 31, 0, 0);
    emit(f, BPF_MISC | BPF_TAX, 0, 0, 0);
    emit_load(f, offsetof(struct seccomp_data, nr));
    emit(f, BPF_ALU | BPF_RSH | BPF_K, 5, 0, 0);
    for (unsigned w = 0; w < WORDS; w++) {
        if (words[w] == 0)
            continue;
        emit(f, BPF_JMP | BPF_JEQ | BPF_K, w, 0, 2);
        emit(f, BPF_LD | BPF_IMM, words[w], 0, 0);
        emit(f, BPF_JMP | BPF_JA, 3 * --left + 1, 0, 0); // behind them all
    }
    emit_return(f, STOP);
    emit(f, BPF_ALU | BPF_RSH | BPF_X, 0, 0, 0);
    emit(f, BPF_JMP | BPF_JSET | BPF_K, 1, 1, 0);
    emit_return(f, STOP);
    emit_return(f, SECCOMP_RET_ALLOW);
    return true;
}

// Everything that is not allowed raises SIGSYS and is not carried out, whatever the
// process does about the signal. The other numberings of x86-64 (32 bit, x32) kill or stop.
// It is made anew for each process, so it is short. (The kernel would run it over all numbers
// beforehand, to remember what it allows, which takes longer than all that a process asks
// for: where X is used, it does not.)
static bool install_filter(void)
{
    struct filter f = {.n = 0};
    emit_load(&f, offsetof(struct seccomp_data, arch));
    emit(&f, BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0);
    emit_return(&f, SECCOMP_RET_KILL_PROCESS);
    emit_load(&f, offsetof(struct seccomp_data, nr));
    emit(&f, BPF_MISC | BPF_TAX, 0, 0, 0);
    emit_all_rules(&f);
    emit_self(&f, SYS_tgkill);
    emit_self(&f, SYS_tkill);
    emit_code_rules(&f);
    emit_place_rule(&f);
    for (size_t i = 0; i < N_ANSWERED; i++) {
        emit(&f, BPF_JMP | BPF_JEQ | BPF_K, answered_calls[i].number, 0, 1);
        emit_return(&f, SECCOMP_RET_ERRNO | answered_calls[i].error);
    }
    struct sock_fprog program = {.filter = f.code};
    if (!emit_allowed(&f))
        return false;
    program.len = f.n;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif

// The report of this process, and whether the loader has asked for its object. Globals,
// because a signal handler is told nothing.
static struct fence_report *fence_report;
#if defined(HAVE_SECCOMP)
static volatile enum { WAITING, OPENED } object_state;
#endif

static const char without_seccomp[] = "JUDGE_WITHOUT_SECCOMP";
static int filter_answer = -1;

static bool is_asked_to_do_without(void)
{
    const char *asked = getenv(without_seccomp);
    return asked != NULL && strcmp(asked, "0") != 0;
}

// Asked once, in the parent: behind the fence the question itself is forbidden. The kernel
// answers EFAULT to a filter at no address, and EINVAL if it knows no filters.
static bool filter_works(void)
{
#if defined(HAVE_SECCOMP)
    if (filter_answer < 0)
        filter_answer = !is_asked_to_do_without() &&
                        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 &&
                        errno == EFAULT;
#endif
    return filter_answer == 1;
}

// A kernel may know filters and come to a stop at each: seen with Linux 6.18, where more than a
// thousand that wait to be freed hold what a new one needs. Who asks for one waits for ever then, and
// cannot be killed: so the first who asks is a child that nobody needs.
#if defined(HAVE_SECCOMP)
static bool a_filter_comes(void)
{
    struct sock_filter allowed = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = 1, .filter = &allowed};
    const pid_t child = fork();
    if (child == 0) {
        close_from(0); // who waits for the end of what we print does not wait for it
        setpgid(0, 0);
        _exit(!end_with_parent() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0);
    }
    return child < 0 || wait_with_deadline(child, 20, 20).cause == ENDED_EXIT;
}
#endif

void fence_try(void)
{
#if defined(HAVE_SECCOMP)
    if (getenv(without_seccomp) != NULL || !filter_works())
        return;
    const bool comes = a_filter_comes();
    setenv(without_seccomp, comes ? "0" : "1", 1);
    if (comes)
        return;
    filter_answer = 0;
    fprintf(
        stderr,
        "This machine's seccomp hangs, so nothing waits for it: what a function asks of "
        "the system is limited, and not stopped. A restart of the machine mends that.\n");
#endif
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

static int is_call_at(const void *context, const void *address)
{
#if defined(__linux__) && defined(__x86_64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] ==
           (uintptr_t)address;
#elif defined(__linux__) && defined(__aarch64__)
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc == (uintptr_t)address;
#else
    (void)context, (void)address;
    return 0;
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

#if defined(HAVE_SECCOMP)

// A system call without the C library, whose every part a submission can have changed: code
// that is reached through a table in memory is never called where it must be stopped.
static inline long ask_kernel(long number, long a, long b)
{
#if defined(__x86_64__)
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long nr __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(nr), "r"(x1) : "memory");
    return x0;
#endif
}

#endif

void fence_end(int status)
{
#if defined(HAVE_SECCOMP)
    for (;;)
        ask_kernel(SYS_exit, status, 0);
#else
    _exit(status);
#endif
}

// x86-64 does not tell which address it was if none is like that, or if it was not a
// multiple of what the instruction wants: then it is not NULL, at least.
static void *address_at(const siginfo_t *info)
{
#if defined(__linux__) && defined(__x86_64__)
    if (info->si_signo == SIGSEGV && info->si_code == SI_KERNEL)
        return (void *)UINTPTR_MAX;
#endif
    return info->si_addr;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    fence_report->fault_errno = errno;
    fence_report->fault_address = address_at(info);
    fence_report->stack_pointer = stack_pointer_at(context);
    fence_report->fault_is_write = is_write_at(context);
    fence_report->fault_is_call = is_call_at(context, info->si_addr);
    fence_report->fault_signal = number;
    fence_end(EXIT_FAULT);
}

#if defined(HAVE_SECCOMP)

// What the filter stops, as a person would say it. A place in this list is what the
// process's exit status tells, which nothing that it has in its memory can change.
static const struct {
    int number;
    const char *name;
} stopped_calls[] = {
    {-1, "something that an exercise does not need"},
    {SYS_openat, "open (a file)"},
    {SYS_clone, "fork (a process or a thread)"},
    {SYS_execve, "execve (a program)"},
    {SYS_kill, "kill"},
    {SYS_tgkill, "tgkill (a signal)"},
    {SYS_tkill, "tkill (a signal)"},
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
    {SYS_futex, "futex (wait)"},
    {SYS_ppoll, "ppoll (wait)"},
    {SYS_pselect6, "pselect (wait)"},
    {SYS_execveat, "execveat (a program)"},
    {SYS_unshare, "unshare"},
    {SYS_setrlimit, "setrlimit"},
    {SYS_rt_sigtimedwait, "sigwait"},
    {SYS_rt_sigsuspend, "sigsuspend (wait)"},
    {SYS_personality, "personality"},
    {SYS_getrandom, "getrandom (wait)"},
    {SYS_rt_sigaction, "sigaction (to catch its own faults)"},
    {SYS_sigaltstack, "sigaltstack"},
    {SYS_mprotect, "mprotect (code, or memory that is counted for nobody)"},
    {SYS_mmap, "mmap (code, or memory that is counted for nobody)"},
#if defined(SYS_pidfd_open)
    {SYS_pidfd_open, "pidfd_open"},
#endif
#if defined(SYS_clone3)
    {SYS_clone3, "fork (a process or a thread)"},
#endif
#if defined(SYS_fork)
    {SYS_fork, "fork (a process)"},
#endif
#if defined(SYS_vfork)
    {SYS_vfork, "vfork (a process)"},
#endif
#if defined(SYS_open)
    {SYS_open, "open (a file)"},
#endif
#if defined(SYS_pause)
    {SYS_pause, "pause (wait)"},
#endif
#if defined(SYS_alarm)
    {SYS_alarm, "alarm"},
#endif
#if defined(SYS_poll)
    {SYS_poll, "poll (wait)"},
#endif
#if defined(SYS_select)
    {SYS_select, "select (wait)"},
#endif
#if defined(SYS_unlink)
    {SYS_unlink, "unlink (a file)"},
#endif
#if defined(SYS_creat)
    {SYS_creat, "creat (a file)"},
#endif
};
enum { N_STOPPED = sizeof stopped_calls / sizeof *stopped_calls };
_Static_assert(N_STOPPED <= EXIT_ASKED_LAST - EXIT_ASKED + 1, "each has an exit status");

static long argument_at(const void *context, int n)
{
    const ucontext_t *state = context;
#if defined(__x86_64__)
    static const int places[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10};
    return state->uc_mcontext.gregs[places[n]];
#else
    return (long)state->uc_mcontext.regs[n];
#endif
}

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

static bool is_open(int number)
{
#if defined(SYS_open)
    if (number == SYS_open)
        return true;
#endif
    return number == SYS_openat;
}

// By setlocale, for the words and customs of a language: there are none, and it says so. (Compared
// here, since the C library's functions may be anybody's.)
static bool is_for_language(int call, const void *context)
{
    static const char *const folders[] = {"/usr/lib/locale/", "/usr/share/locale/"};
    const char *path = (const char *)argument_at(context, call == SYS_openat ? 1 : 0);
    for (size_t i = 0; is_open(call) && (uintptr_t)path >= 4096 && i < 2; i++) {
        size_t n = 0;
        while (folders[i][n] != '\0' && path[n] == folders[i][n])
            n++;
        if (folders[i][n] == '\0')
            return true;
    }
    return false;
}

// By the loader, which opens one file: the object, before any code of it runs. That it is
// there yet, the kernel says.
static bool is_loaders(int call)
{
    return is_open(call) && object_state == WAITING &&
           ask_kernel(SYS_fcntl, 0, F_GETFD) >= 0;
}

// By the loader, while the object is open: the zeros behind its data.
static bool is_for_zeros(int call, const void *context)
{
    return call == SYS_mmap && object_state == OPENED &&
           (argument_at(context, 2) & PROT_EXEC) == 0 &&
           (argument_at(context, 3) & MAP_ANONYMOUS) != 0 &&
           ask_kernel(SYS_fcntl, 0, F_GETFD) >= 0;
}

// In an empty place, so that they are counted.
static long map_zeros(long at, long bytes, long protection)
{
    const long kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    ask_kernel(SYS_munmap, at, bytes);
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = kind, r8 __asm__("r8") = -1, r9 __asm__("r9") = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_mmap), "D"(at), "S"(bytes), "d"(protection), "r"(r10),
                       "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long nr __asm__("x8") = SYS_mmap, x0 __asm__("x0") = at;
    register long x1 __asm__("x1") = bytes, x2 __asm__("x2") = protection;
    register long x3 __asm__("x3") = kind, x4 __asm__("x4") = -1, x5 __asm__("x5") = 0;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(nr), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#endif
}

// What was asked for, as an exit status.
static int status_of(int call)
{
    int place = N_STOPPED - 1;
    while (place > 0 && stopped_calls[place].number != call)
        place--;
    return call == SYS_exit_group ? EXIT_ENDED : EXIT_ASKED + place;
}

// What else than loading is asked for is told without anything that an object could change: no
// table of functions, not errno. fstatat is how a C library asks about a descriptor, and
// could ask about a path: answered for the descriptor, whatever the path.
static void on_forbidden_call(int number, siginfo_t *info, void *context)
{
    const int call = info->si_syscall;
    (void)number;
    if (call == SYS_newfstatat)
        set_result(context, ask_kernel(SYS_fstat, argument_at(context, 0),
                                       argument_at(context, 2)));
    else if (is_loaders(call)) {
        object_state = OPENED;
        set_result(context, 0);
    } else if (is_for_language(call, context))
        set_result(context, -ENOENT);
    else if (is_for_zeros(call, context))
        set_result(context, map_zeros(argument_at(context, 0), argument_at(context, 1),
                                      argument_at(context, 2)));
    else
        fence_end(status_of(call));
}

#endif

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask); // no other handler comes between
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

// What the process had when it was prepared: all that it maps, and of that what may be
// written to and is nobody else's, memory. Neither where the system does not tell.
static double bytes_mapped, bytes_of_memory;

static void measure_memory(void)
{
    const double page = (double)sysconf(_SC_PAGESIZE);
    size_t all = 0, data = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return;
    if (fscanf(file, "%zu %*u %*u %*u %*u %zu", &all, &data) == 2) {
        bytes_mapped = (double)all * page;
        bytes_of_memory = (double)data * page;
    }
    fclose(file);
}

static void limit_memory(size_t memory_bytes, size_t room_bytes)
{
#if !defined(HAVE_ASAN)
    if (bytes_mapped > 0) {
        LIMIT(RLIMIT_AS, bytes_mapped + (double)memory_bytes + (double)room_bytes);
        LIMIT(RLIMIT_DATA, bytes_of_memory + (double)memory_bytes);
    }
#else
    (void)memory_bytes, (void)room_bytes; // the sanitizer's shadow reserves terabytes
#endif
}

// Puts `object` on descriptor 0, `more` on FENCE_FIRST and on, `ready` behind them,
// whatever numbers they came with, and closes the rest. The number of `ready`, or -1.
static int keep_only(int object, const int *more, int n_more, int ready)
{
    const int last = FENCE_FIRST + n_more;
    int high[16], high_object = object < 0 ? -1 : fcntl(object, F_DUPFD, last + 1);
    int high_ready = fcntl(ready, F_DUPFD, last + 1);
    bool good = n_more <= 16 && high_ready >= 0 && (object < 0 || high_object >= 0);
    for (int i = 0; good && i < n_more; i++)
        good = (high[i] = fcntl(more[i], F_DUPFD, last + 1)) >= 0;
    for (int i = 0; good && i < n_more; i++)
        good = dup2(high[i], FENCE_FIRST + i) >= 0;
    good =
        good && dup2(high_ready, last) >= 0 && (object < 0 || dup2(high_object, 0) == 0);
    if (!good)
        return -1;
    if (object < 0)
        close(0);
    for (int fd = 1; fd < FENCE_FIRST; fd++)
        close(fd);
    close_from(last + 1);
    return last;
}

extern char **environ;

// Linux leaves the path of the program that was started on its stack, and that names the
// folders, and mostly the person, where the course lies.
static void forget_place(void)
{
#if defined(__linux__)
    char *path = (char *)getauxval(AT_EXECFN);
    if (path != NULL)
        memset(path, 0, strlen(path));
#endif
}

// Whatever the environment holds is no submission's business. What the C library finds out
// when it is first asked, and would open files for, it finds out now.
static void settle_library(void)
{
    static char universal[] = "TZ=UTC0", *only[] = {universal, NULL};
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
        memset(*variable, 0, strlen(*variable));
    environ = only;
    forget_place();
    tzset();
}

enum { STACK_BYTES = 8 << 20 };

// The machine may have a program that is handed the memory of whatever crashes, which takes
// longer than to judge it, and keeps that: a limit does not stop it, unless it is NO_CORE.
static bool leave_no_core(void)
{
#if defined(__linux__)
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#else
    return true;
#endif
}

bool fence_prepare(void)
{
    static bool is_prepared;
    if (is_prepared)
        return true;
    filter_works(); // asks the environment, which goes next
    settle_library();
    default_signals();
    handle_faults();
    LIMIT(RLIMIT_CORE, NO_CORE);
    LIMIT(RLIMIT_FSIZE, 0);
    LIMIT(RLIMIT_STACK, STACK_BYTES); // which is no memory either
    LIMIT(RLIMIT_CPU, 30);            // the parent's deadline is the real one
    LIMIT(RLIMIT_NOFILE, 64);         // the filter opens none at all
    measure_memory();
    return is_prepared = own_session() && leave_no_core();
}

bool fence_enter(int object, const int *more, int n_more, int ready, size_t memory_bytes,
                 size_t room_bytes, struct fence_report *report)
{
    fence_report = report;
    if (!fence_prepare())
        return false;
    limit_memory(memory_bytes, room_bytes);
    LIMIT(RLIMIT_NPROC, 0);
    const int says_ready = keep_only(object, more, n_more, ready);
    if (says_ready < 0 || !end_with_parent())
        return false;
    setpgid(0, 0); // unless it is a session's first, which has its group
#if defined(HAVE_SECCOMP)
    if (filter_works() && !install_filter())
        return false;
#endif
    return write(says_ready, "", 1) == 1 && close(says_ready) == 0;
}

bool fence_loaded(void)
{
#if defined(HAVE_SECCOMP)
    if (filter_works())
        return object_state == OPENED && ask_kernel(SYS_fcntl, 0, F_GETFD) < 0;
#endif
    return LIMIT(RLIMIT_NOFILE, 0) == 0;
}

const char *fence_level(void)
{
    return filter_works() ? "seccomp" : "limits only";
}

const char *fence_stopped(int exit_status)
{
#if defined(HAVE_SECCOMP)
    if (filter_works() && exit_status >= EXIT_ASKED &&
        exit_status < EXIT_ASKED + N_STOPPED)
        return stopped_calls[exit_status - EXIT_ASKED].name;
#else
    (void)exit_status;
#endif
    return NULL;
}
