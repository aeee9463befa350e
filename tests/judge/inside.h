// What the files of the judge share and a test does not see.
#ifndef INSIDE_H
#define INSIDE_H

#include "judge.h"
#include "protocol.h"

#include <limits.h>

// ---- the tests of a chapter: suite.c --------------------------------------------------

enum { MESSAGE_BYTES = 4096 };

// How a test ended: in memory that its process shares with the one that counts. No
// submission ever sees it.
struct outcome {
    int verdict;     // enum verdict
    bool is_written; // known from other tests, or since it is one of our answers
    double seconds;  // of processor time that its calls took
    char message[MESSAGE_BYTES];
};

// A row of the table of points, and the test that it is about.
struct row {
    char exercise[16], function[64], test[64];
    int points;
    void (*run)(void);
    struct outcome *outcome;
};

extern const struct row *suite_row; // the one whose test this process runs
extern double suite_seconds_before; // that all tests had taken when it began

struct suite_options {
    char submission[PATH_MAX], caller[PATH_MAX], wrong[PATH_MAX]; // absolute
    const char *results, *only;
    const char *answer;   // judged is this one of the answers that the submission lists
    const char *list;     // or these, one after the other
    const char *record;   // a file for questions and their answers
    const char *by_heart; // judged is who knows such a file, and computes nothing
};

extern struct suite_options suite_options;

const char *suite_seed(void);

// Puts `text` into lines of at most `columns`, in place: blanks become ends of lines.
void wrap_lines(char *text, size_t columns);

// ---- who has learnt the answers by heart: heart.c --------------------------------------

// Makes the calls from `first` on as somebody would who knows, of all questions that were
// recorded, what was right: outputs and results are set, or left as they are.
void heart_answer(size_t first);

// Reads what was learnt, before any test asks for it. False if it cannot be read.
bool heart_learn(const char *path);

// Records the calls from `first` on, which are made, with what they gave.
void heart_record(size_t first, uint64_t question);

// What these calls ask, as a number. To be had before they are made.
uint64_t heart_question(size_t first);

// ---- draws: inputs.c -------------------------------------------------------------------

// What was drawn from the seed since this was asked last, in bits; 0 unless answers are
// recorded.
double judge_bits_drawn(void);

// ---- arrays and calls: judge.c --------------------------------------------------------

// Starts the program that makes the calls, for all tests: its process, or -1.
pid_t judge_start_callers(void);

struct array {
    unsigned char *region; // guard, pages, guard
    size_t region_bytes, page_bytes;
    unsigned char *pages, *data;
    size_t bytes, kept;      // of bytes, the first that count: see judge_room
    uint64_t offset;         // of its pages, in the file of inputs or outputs
    unsigned char *original; // what an output's data began with, or, where that is NULL,
    const void *poison;      // one value of `width` bytes in every place
    size_t width;
    uint32_t generation;
    bool is_output;
    bool is_sparse; // zeros, and what was written in some places before it was sealed
    enum kind kind; // FLOATS, or BYTES for all others
};

struct logged_call {
    const struct signature *signature;
    struct made_call made;
    unsigned char result[16];
    double to_learn; // bits: see refuse_learnable
};

extern struct array judge_arrays[MAX_ARRAYS];
extern size_t judge_n_arrays;
extern struct logged_call judge_log[MAX_CALLS];
extern size_t judge_n_calls;

// What an output holds before anything is written to it.
static const uint32_t float_poison = 0x7fc0d1edu;
static const uint64_t double_poison = 0x7ff8d1edd1edd1edu;

// The array that holds the address, of those that are there now; NULL if none does.
const struct array *judge_array_at(const void *address);

// The bytes to compare, from its first page on: all, or without the room to work in.
size_t judge_compared_bytes(const struct array *array);

// What the parameter is called that was given this array in the last call.
const char *judge_name_of(const struct array *array);

// The same calls as `first` to the last, made again in one process, with outputs as they
// began; `answer` is one of tests/wrong/ that takes the place of its function, or NULL for
// the submission. False if the process did not return from all.
struct again {
    uint64_t offsets[MAX_ARRAYS];       // of an output another than it had
    unsigned char *outputs[MAX_ARRAYS]; // those that were asked for
    unsigned char results[MAX_CALLS][16];
    struct reply reply;
    size_t n_returned;
};
bool judge_again(size_t first, const char *function, const char *answer,
                 struct again *again);

// What an output held then; NULL of an input, and of what was not made again.
unsigned char *judge_output_again(struct again *again, size_t i);

void judge_forget(struct again *again);

// The calls from `first` on, all of one generation, made with each of n wrong answers in
// turn, in one process: how many of them came back, counted from the first. What the k-th
// gave is then to be had; of `again` neither reply nor ending are set. At most
// judge_most_tried at a time.
enum { MOST_TRIED = 16 };
size_t judge_most_tried(size_t first);

// Wrong answers have used up their time: no name is looked for any more.
bool judge_names_no_more(void);
size_t judge_try(size_t first, const char *function, const char *const *answers,
                 size_t n);
void judge_tried(size_t k, struct again *again);

// What an output held after the last call of its generation.
void judge_read_output(const struct array *array, unsigned char *pages);

// A test has compared something: one that never does has failed.
void judge_checked(void);

#endif
