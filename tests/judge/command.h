// The fence around a command that reads or runs what nobody trusts, such as the compiler.
// Linux gives the full fence (its own spaces, Landlock); elsewhere there are the limits.
#ifndef COMMAND_H
#define COMMAND_H

#include "sandbox.h"

#include <stdbool.h>
#include <stddef.h>

// A command under limits. Lists of paths end with NULL, and NULL is an empty one. What is
// below `readable` may be read and executed, but for what is below `hidden`; what is below
// `given`, wherever it lies, may be too; what is below `writable` may also be written. All
// else on the file system may not, where the kernel has Landlock or gives own spaces;
// `hidden` needs own spaces.
struct sandbox {
    double cpu_seconds, wall_seconds;
    int asleep_seconds;              // see wait_for_waking; 0: it may sleep
    size_t memory_bytes, file_bytes; // address space of a process; largest file written
    const char *const *readable, *const *hidden, *const *given, *const *writable;
    char *const *environment; // all that it finds there; NULL: ours
    const char *folder;       // where it runs; NULL: here
    const char *output;       // file for standard output and error; NULL: discarded
    // With a user, processes, network and file system of its own: what is listed above is all
    // there is, besides an empty /tmp. Needs `folder`, and makes an empty .root in it. A
    // command that a signal ends then exits with 128 + its number.
    bool own_spaces;
    // With a /proc in its own spaces, that cannot be written and shows its own processes
    // alone. The first of these is a copy of ours: not for a command that reads for others.
    bool sees_processes;
    // Without own spaces: run by root, it becomes nobody, if nobody can read what is given.
    bool as_nobody;
};

struct ending sandbox_run(const struct sandbox *sandbox, char *const argv[]);

// NULL if sandbox_run can give a command spaces of its own here, or the reason why not.
// `folder` is one to try it in. The environment's
// JUDGE_WITHOUT_SPACES=1 asks for none, so that the fallback can be tested.
const char *sandbox_lacks_spaces(const char *folder);

// True if sandbox_run can fence the file system here without spaces of its own. The
// environment's JUDGE_WITHOUT_LANDLOCK=1 asks for no.
bool sandbox_has_landlock(void);

#endif
