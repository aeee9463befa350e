// What a test and its caller say to each other. The caller (caller.c) is the process that
// makes the calls: a small program, one for each chapter, that knows the prototypes and
// nothing else. It is started once, is given descriptors by each test, and forks a process
// for that. This one is told which arrays lie where and what to call; it forks, and the fork
// goes behind the fence, loads the object, calls, and is never heard of again: what it
// leaves is an exit status and what it wrote to the outputs.
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "sandbox.h"

#include <stdint.h>

enum {
    MAX_WRITTEN = 256,   // places in arrays of zeros
    MAX_ARRAYS = 256,    // of one test
    MAX_CALLS = 4096,    // of one process
    SYMBOL_BYTES = 64,   // a function's name
    ARGUMENT_BYTES = 192 // its arguments and its result
};

// Pages of one of the two files that both sides map: inputs, which the caller can only
// read, and outputs; or zeros, of which none takes memory, and behind them what is written
// in some of their places. An array that begins anew at a place where another was belongs
// to a later generation; those of one generation are there together.
enum mapped_kind { INPUT, OUTPUT, ZEROS, WRITTEN };
struct mapped_array {
    uint64_t address, bytes, offset;
    uint32_t kind, generation;
};

struct made_call {
    char symbol[SYMBOL_BYTES];
    uint32_t function, generation; // which prototype
    _Alignas(16) unsigned char arguments[ARGUMENT_BYTES];
};

// Behind it follow the arrays and the calls. memory_bytes is what a process may use
// besides the arrays, cpu_seconds what all calls may take.
struct request {
    uint32_t n_arrays, n_calls;
    uint64_t memory_bytes;
    double cpu_seconds, wall_seconds;
};

struct reply {
    struct ending end;
    uint32_t was_fenced, is_filtered;
};

// How the process exits when it cannot call.
enum {
    EXIT_NOT_LOADED = EXIT_CALLER,
    EXIT_NO_FUNCTION,
    EXIT_NO_MAP,   // for the arrays of a call that is not the first
    EXIT_SANITIZED // stopped by a sanitizer
};

// The first page of the outputs. The process may write what it likes here: it chooses
// results, and the words of a failure.
enum phase { BEFORE, LOADING, CALLING, RETURNED };
struct left_behind {
    struct fence_report report;
    volatile uint32_t phase, n_returned;
    _Alignas(16) volatile unsigned char results[MAX_CALLS][16];
};
enum { LEFT_BEHIND_BYTES = 17 * 4096 };
_Static_assert(sizeof(struct left_behind) <= LEFT_BEHIND_BYTES, "fits its pages");

// Descriptors of the caller, in the order in which a test gives them. (Before, the first is
// where it is given them.) The first thing that is said is the object's path, PATH_MAX bytes.
enum { CALLER_SOCKET = 3, CALLER_OBJECT, CALLER_INPUTS, CALLER_OUTPUTS, N_GIVEN = 4 };

// A prototype, for the caller.
struct runs {
    void (*run)(void (*judged)(void), void *arguments);
    uint32_t bytes, result_offset;
};

#endif
