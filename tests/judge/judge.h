// The judge: calls a function of a submission and never trusts it.
//
// A test lays out its arrays with floats_in, ids_in, floats_out …, says what the case is
// with judge_case, and calls with CALL. The call happens in a forked child behind the
// fence of sandbox.h: inputs are private and read-only, outputs are shared and start as
// poison, every array lies against a guard page. When the child is gone the test computes
// what is right, in double, and compares. A failure ends the test with one verdict and
// sentences for a student. See tests/01_lookup.c for what a test looks like.
#ifndef JUDGE_H
#define JUDGE_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict {
    PASS,
    WRONG,
    NOT_WRITTEN,
    CRASH,
    TIME_OUT,
    OUT_OF_MEMORY,
    GRADER_ERROR,
    N_VERDICTS
};

// Each chapter's test file says once which chapter it judges: JUDGE_CHAPTER(1)
#define JUDGE_CHAPTER(number) const int judge_chapter = number
extern const int judge_chapter;

// ---- arrays --------------------------------------------------------------------------

// Where the arrays made from now on touch their guard page: their last byte before it (at
// first), or their first byte behind it. What is left of the outer page is checked too.
enum placement { ENDS_AT_GUARD, STARTS_AT_GUARD, N_PLACEMENTS };
void judge_placement(enum placement placement);

// Copies of `values`, n of them, that the submission can read and not write. `name` is
// the parameter's, for messages.
const float *floats_in(const char *name, const float *values, size_t n);
const double *doubles_in(const char *name, const double *values, size_t n);
const uint32_t *ids_in(const char *name, const uint32_t *values, size_t n);

// Zeros to read, of any size: pages cost memory only once they are touched. The test
// itself may write through the pointer until judge_seal, before the call.
float *sparse_floats_in(const char *name, size_t n);
void judge_seal(const void *array);

// n elements to write, each of them poison: a NaN that no arithmetic makes.
float *floats_out(const char *name, size_t n);
double *doubles_out(const char *name, size_t n);
uint32_t *ids_out(const char *name, size_t n);

// n elements to read and write that start as `values`.
float *floats_inout(const char *name, const float *values, size_t n);
double *doubles_inout(const char *name, const double *values, size_t n);
uint32_t *ids_inout(const char *name, const uint32_t *values, size_t n);

// Any other element, by its size in bytes.
const void *bytes_in(const char *name, const void *values, size_t bytes);
void *bytes_inout(const char *name, const void *values, size_t bytes);

// True if the array, made by one of the functions above, still holds what it began with,
// bit for bit.
bool is_untouched(const void *array);

// Zeroed room for a reference, a mistake, an input under construction. Freed never: a test
// is a short process.
double *judge_doubles(size_t n);
float *judge_floats(size_t n);
uint32_t *judge_ids(size_t n);

// ---- for references, and for words about inputs --------------------------------------

double *filled(size_t n, double value);
double *transposed(const double *values, size_t rows, size_t columns); // [columns, rows]
double dot_product(const float *a, const float *b, size_t n);
double cosine_of(const float *a, const float *b,
                 size_t n); // 0 if one of them is all zeros

// "2 3 5 1 ...", until the next call.
const char *list_ids(const uint32_t *ids, size_t n);

// ---- random inputs -------------------------------------------------------------------

// Draws that depend on SEED (environment, 1 if unset) and on the name of the test alone.
uint32_t judge_random(void);
size_t random_between(size_t least, size_t most); // both included
double random_normal(void);                       // mean 0, standard deviation 1
void fill_normal(float *values, size_t n);
void fill_ids(uint32_t *ids, size_t n, size_t vocab_size); // not sorted, some repeat

// ---- the call ------------------------------------------------------------------------

// Describes the inputs of the calls that follow, for messages: "ids 2 3 5 1, d_model 3".
void judge_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A sentence that ends the message of any failure from now on; NULL for none. For tests
// that look at one thing only: "Multiply in size_t: …".
void judge_remark(const char *remark);

// Calls the submission's `function` in a child and gives its result; does not return
// (the test has failed) if the child does not come back from the call in good order.
#define CALL(function, ...)                                                              \
    (__extension__({                                                                     \
        typedef __typeof__(function(__VA_ARGS__)) result_type;                           \
        result_type *result_ = judge_result(#function, #function "(" #__VA_ARGS__ ")",   \
                                            sizeof(result_type));                        \
        if (judge_child())                                                               \
            judge_leave_child(                                                           \
                (*result_ = ((__typeof__(&function))judge_symbol)(__VA_ARGS__), 0));     \
        judge_wait();                                                                    \
        *result_;                                                                        \
    }))

// For a function without a result.
#define CALL_VOID(function, ...)                                                         \
    do {                                                                                 \
        judge_result(#function, #function "(" #__VA_ARGS__ ")", 0);                      \
        if (judge_child())                                                               \
            judge_leave_child((((__typeof__(&function))judge_symbol)(__VA_ARGS__), 0));  \
        judge_wait();                                                                    \
    } while (0)

// For many calls in one child: `body` runs there, with the submission's `function` as
// `judged`: CALL_MANY(mt19937_next, for (int i = 0; i < 1000; i++) out[i] = judged(state);)
#define CALL_MANY(function, ...)                                                         \
    do {                                                                                 \
        judge_result(#function, #function "(...), called many times", 0);                \
        if (judge_child()) {                                                             \
            __typeof__(&function) judged = (__typeof__(&function))judge_symbol;          \
            __VA_ARGS__                                                                  \
            judge_leave_child(0);                                                        \
        }                                                                                \
        judge_wait();                                                                    \
    } while (0)

// The steps of CALL, not for tests.
extern void (*judge_symbol)(void);
void *judge_result(const char *function, const char *call, size_t bytes);
bool judge_child(void);
void judge_leave_child(int after_the_call) __attribute__((noreturn));
void judge_wait(void);

// ---- verdicts ------------------------------------------------------------------------

// Ends the test. The message follows the call and the case.
void judge_fail(enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

// A known wrong answer: what it would have given, and the sentence that names it.
// Lists of them end with a row of zeros. An element that is ANYTHING is not compared.
struct mistake {
    const char *says;
    const double *gives;
};
#define ANYTHING (-1.7e308)
#define MAX_MISTAKES 32

// Good input was accepted: fails as "not written yet" if the function returned false and
// wrote nothing.
void expect_accepted(bool returned, const void *output);

// Bad input was refused: returned false and left `output` alone. `why` ends a sentence:
// "id 6 is not below vocab_size 6".
void expect_refused(bool returned, const void *output, const char *why);

// got[r][c] is within allowed[r][c] of wanted[r][c] for all; `allowed` NULL: equal. NaN
// equals NaN. An output of the judge's (floats_out …) that still holds poison was never
// written.
void expect_floats(const char *name, const float *got, const double *wanted,
                   const double *allowed, size_t rows, size_t columns,
                   const struct mistake *mistakes);
void expect_doubles(const char *name, const double *got, const double *wanted,
                    const double *allowed, size_t rows, size_t columns,
                    const struct mistake *mistakes);
void expect_ids(const char *name, const uint32_t *got, const uint32_t *wanted, size_t n,
                const struct mistake *mistakes);

// Bit for bit the same floats: also the sign of a zero and the payload of a NaN.
void expect_bits(const char *name, const float *got, const float *wanted, size_t rows,
                 size_t columns);

// The number that the call returned. NaN where a number is wanted means not written.
void expect_number(const char *name, double got, double wanted, double allowed,
                   const struct mistake *mistakes);

// Every test ends with this: a test that checked nothing has failed.
void judge_passed(void);

#endif
