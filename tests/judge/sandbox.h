// The fence around a function that we do not trust, called in a forked child. Linux gives
// the full fence (seccomp); elsewhere the same calls fall back to what POSIX has, and
// fence_level() says so. The fence around a command is in command.h.
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// How a fenced process ended. `cause` sorts it, the other fields hold the detail.
struct ending {
    enum {
        ENDED_EXIT,
        ENDED_SIGNAL,
        ENDED_CPU_TIME,
        ENDED_WALL_TIME,
        ENDED_UNKNOWN
    } cause;
    int status; // exit status, or the signal's number
    double cpu_seconds;
};

// Waits for `child` and kills it, with its process group, when it has used up cpu_seconds
// of processor time or wall_seconds have passed. Never waits longer than wall_seconds.
struct ending wait_with_deadline(pid_t child, double cpu_seconds, double wall_seconds);

// What a fenced child tells its parent, in memory they share. The child may forge all of
// it, so it only ever chooses the words of a failure: a pass is decided by the parent.
struct fence_report {
    volatile int asked_for;      // number of the forbidden system call, or -1
    volatile int fault_signal;   // SIGSEGV, SIGBUS, SIGFPE, SIGILL, or 0
    volatile int fault_errno;    // errno at the fault: ENOMEM after a failed malloc
    volatile int fault_is_write; // 1 write, 0 read, -1 not known here
    void *volatile fault_address;
    void *volatile stack_pointer;
};

// Fences the calling process, a freshly forked child, for good: its own session, no open
// file but `object` (a descriptor, moved to 0; -1 for none), no core file, no new process,
// memory_bytes of address space on top of what it has, and on Linux a seccomp
// filter that stops every system call which a computation does not need. The first file
// that the process opens after this is `object`, whatever its name: the loader's one
// open. Faults and forbidden calls are noted in `report`, then the process ends.
// When the fence stands, one byte goes to the descriptor `ready`, which is then closed: no
// code behind the fence can forge or take back that it stood.
// False if the fence could not be put up: the caller must then not go on.
bool fence_enter(int object, int ready, size_t memory_bytes, struct fence_report *report);

// To be called when `object` has been loaded: without the filter, files could be opened
// until then.
void fence_loaded(void);

// "seccomp" or "limits only": what fence_enter can do on this machine. The environment's
// JUDGE_WITHOUT_SECCOMP=1 asks for the fallback, so that it can be tested.
const char *fence_level(void);

// The name of a system call that the filter stopped, for a sentence; "a system call" if
// it has none here.
const char *system_call_name(int number);

// ---- what the fence around a command needs too (command.h) ---------------------------

// Closes every descriptor from `first` on.
void close_from(int first);

// No handler, and nothing blocked.
void default_signals(void);

// A session of its own, which ends with its parent, and no new privileges.
bool own_session(void);

#endif
