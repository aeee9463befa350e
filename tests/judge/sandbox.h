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
    enum cause {
        ENDED_EXIT,
        ENDED_SIGNAL,
        ENDED_CPU_TIME,
        ENDED_WALL_TIME,
        ENDED_ASLEEP,
        ENDED_UNKNOWN
    } cause;
    int status; // exit status, or the signal's number
    double cpu_seconds;
};

// Waits for `child` and kills it, with its process group, when it has used up cpu_seconds
// of processor time or wall_seconds have passed. Never waits longer than wall_seconds, and
// the few that somebody takes to die.
struct ending wait_with_deadline(pid_t child, double cpu_seconds, double wall_seconds);

// The same, and kills it when it and all that it has started have done nothing but sleep for
// so long: they wait for what never comes. Whoever waits for a disk or was stopped does not
// sleep, nor does anybody while this process stands still. (Where there is no /proc, nobody
// sleeps.)
struct ending wait_for_waking(pid_t child, double cpu_seconds, double wall_seconds,
                              int asleep_seconds);

// What a fenced child tells its parent about a fault, in memory they share. The child may
// forge all of it, so it only ever chooses the words of a failure.
struct fence_report {
    volatile int fault_signal;   // SIGSEGV, SIGBUS, SIGFPE, SIGILL, or 0
    volatile int fault_errno;    // errno at the fault: ENOMEM after a failed malloc
    volatile int fault_is_write; // 1 write, 0 read, -1 not known here
    volatile int fault_is_call;  // it went to the address, to go on there
    void *volatile fault_address;
    void *volatile stack_pointer;
};

// How a fenced process exits when something else than its function ends it: with EXIT_OURS
// in its status, which nothing but fence_end gets past the filter.
enum {
    EXIT_OURS = 128,
    EXIT_FAULT = EXIT_OURS, // a fault: see the report
    EXIT_ENDED,             // it wanted to end with a status that is one of these
    EXIT_NOT_FENCED,
    EXIT_CALLER, // and the next ones: for who called fence_enter
    EXIT_ASKED =
        EXIT_CALLER + 8, // + the place in a list of a call that the filter stopped
    EXIT_ASKED_LAST = 255
};
void fence_end(int status);

// Once, in a process that will fork those that are fenced: what they all inherit. No
// environment, its own session, no handler but the fence's, limits. fence_enter does it where
// it was not done. False if it could not.
bool fence_prepare(void);

// Fences the calling process, a freshly forked child, for good: its own group, no open file
// but `object` (a descriptor, moved to 0; -1 for none) and `more` (moved to FENCE_FIRST and
// on), no core file, no new process, no environment, memory_bytes of memory on top of what it
// had when it was prepared (and room_bytes of room for what others have filled), and on Linux
// a seccomp filter that stops every system call which a computation does not need.
// The first file that the process opens after this is `object`, whatever its name: the
// loader's one open. When the loader has closed it, and before any code of it runs, there is
// no file left to open, and nothing that becomes code.
// When the fence stands, one byte goes to the descriptor `ready`, which is then closed: no
// code behind the fence can forge or take back that it stood.
// False if the fence could not be put up: the caller must then not go on.
enum { FENCE_FIRST = 10 };
bool fence_enter(int object, const int *more, int n_more, int ready, size_t memory_bytes,
                 size_t room_bytes, struct fence_report *report);

// To be called when the object has been loaded, before its functions run: from here on no
// file can be opened. False if that could not be had.
bool fence_loaded(void);

// "seccomp" or "limits only": what fence_enter can do on this machine. The environment's
// JUDGE_WITHOUT_SECCOMP=1 asks for the fallback, so that it can be tested.
const char *fence_level(void);

// Once, in a command that judges, before all else: finds out whether a filter can really be had. Where
// the kernel hangs on it, says so in one line and asks for the fallback, for all that the command
// starts (JUDGE_WITHOUT_SECCOMP=1; else it is 0, and nobody need try again).
void fence_try(void);

// What a fenced process with this exit status had asked for, for a sentence ("open (a
// file)"); NULL if the status does not say that it was stopped by the filter.
const char *fence_stopped(int exit_status);

// ---- what the fence around a command needs too (command.h) ---------------------------

// A limit for core files. Linux hands a crash to a program, where it has one for that, even
// at a limit of 0; it does not at 1, and no file is so short.
enum { NO_CORE = 1 };

// Closes every descriptor from `first` on.
void close_from(int first);

// No handler, and nothing blocked.
void default_signals(void);

// Ends when its parent does.
bool end_with_parent(void);

// A session of its own, which ends with its parent, and no new privileges.
bool own_session(void);

#endif
