// The judge: calls a function of a submission and never trusts it.
//
// A test lays out its arrays with floats_in, ids_in, floats_out ... and calls with CALL,
// which looks like a call of the function itself. It happens elsewhere: in a process that
// holds the submission, the C library, the inputs and room for the outputs, behind the
// fence of sandbox.h (protocol.h says how). When that process is gone the test computes
// what is right, in double, and compares. A failure ends the test with one verdict and
// sentences for a student. Which mistake it is, the judge finds out by itself: it makes the
// same calls with each wrong answer of tests/wrong/, and names the one that gives the same.
//
//     static void try_lookup(const float *table, const uint32_t *values, size_t n_tokens,
//                            size_t vocab_size, size_t d_model)
//     {
//         fresh_case();
//         const float *wte = floats_in(table, vocab_size * d_model);
//         const uint32_t *ids = ids_in(values, n_tokens);
//         float *out = floats_out(n_tokens * d_model);
//         expect_accepted(CALL(embedding_forward, out, wte, ids, n_tokens, vocab_size,
//                              d_model), out);
//         expect_floats(out, rows_taken(...), NULL, n_tokens, d_model);
//     }
//
// A test draws inputs from the seed, so that nobody knows its answers beforehand; it ends
// with judge_passed(), where all its calls are made once more, in one process, and must
// give the same: a function keeps nothing from call to call.
// (Criterion only lists the tests: conditions are stated with the functions below, and its
// own cr_assert does not work here.)
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

// The arrays made so far are done with: those made from now on begin where the first one
// did, as memory that was freed is used again. Pointers to the old ones hold new data.
void fresh_case(void);

// Where the arrays made from now on touch their guard page: their last byte before it (at
// first), or their first byte behind it. What is left of the outer page is checked too.
enum placement { ENDS_AT_GUARD, STARTS_AT_GUARD, N_PLACEMENTS };
void judge_placement(enum placement placement);

// Copies of `values`, n of them, that the submission can read and not write.
const float *floats_in(const float *values, size_t n);
const double *doubles_in(const double *values, size_t n);
const uint32_t *ids_in(const uint32_t *values, size_t n);

// Zeros to read, of any size: pages cost memory only once they are touched. The test
// itself may write through the pointer until judge_seal, before the call.
float *sparse_floats_in(size_t n);
void judge_seal(const void *array);

// n elements to write, each of them poison: a NaN that no arithmetic makes.
float *floats_out(size_t n);
double *doubles_out(size_t n);
uint32_t *ids_out(size_t n);

// n elements to read and write that start as `values`.
float *floats_inout(const float *values, size_t n);
double *doubles_inout(const double *values, size_t n);
uint32_t *ids_inout(const uint32_t *values, size_t n);

// Any other element, by its size in bytes.
const void *bytes_in(const void *values, size_t bytes);
void *bytes_inout(const void *values, size_t bytes);

// Only the first `kept` bytes of this output count; what a call leaves behind them is room
// that it worked in, and is compared with nothing. May also be said after the call.
void judge_room(const void *array, size_t kept);

// True if the array, made by one of the functions above, still holds what it began with,
// bit for bit.
bool is_untouched(const void *array);

// Zeroed room for a reference or an input under construction. Freed never: a test is a
// short process.
double *judge_doubles(size_t n);
float *judge_floats(size_t n);
uint32_t *judge_ids(size_t n);

// ---- for references, and for words about inputs --------------------------------------

double *filled(size_t n, double value);
double *transposed(const double *values, size_t rows, size_t columns); // [columns, rows]
double *as_doubles(const float *values, size_t n);
double dot_product(const float *a, const float *b, size_t n);
double cosine_of(const float *a, const float *b,
                 size_t n); // 0 if one of them is all zeros

// ---- random inputs -------------------------------------------------------------------

// Draws that depend on SEED (environment, 1 if unset) and on the name of the test alone.
uint32_t judge_random(void);
size_t random_between(size_t least, size_t most); // both included
double random_normal(void); // mean 0, standard deviation 1, none above 3.47
void fill_normal(float *values, size_t n);
float *normals(size_t n);                                  // newly made, filled so
void fill_ids(uint32_t *ids, size_t n, size_t vocab_size); // not sorted, some repeat
uint32_t *random_ids(size_t n, size_t vocab_size);         // newly made, filled so

// For calls that differ in little: two elements in the middle change places, so that the first,
// the last and the sum stay; a copy of which one number is another; and whether each number is
// as near as it is allowed to be (NULL: equal).
void exchange(uint32_t *ids, size_t n);
float *with_a_change(const float *values, size_t n);
bool all_close(const float *got, const double *wanted, const double *allowed, size_t n);

// ---- the call ------------------------------------------------------------------------

// A sentence about the inputs of the calls that follow, for messages; the arguments
// themselves are shown anyway. "" for none.
void judge_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A sentence that ends the message of any failure from now on; NULL for none. For tests
// that look at one thing only: "Multiply in size_t: ...".
void judge_remark(const char *remark);

// Calls the submission's `function` in a process of its own and gives its result; does not
// return (the test has failed) if that does not come back from the call in good order.
#define CALL(function, ...) judged_##function(__VA_ARGS__)

// The CALLs between these two are made when the second is reached, in one process, one
// after the other. Their own results mean nothing; returned(k) is the k-th one's, 0 to 1.
void together(void);
void together_now(void);
double returned(size_t k);

// What CALL becomes: see calls.awk, which writes judged_NAME from the prototypes.
enum kind {
    FLOATS,
    DOUBLES,
    IDS,
    SIZES,
    WIDES,
    BYTES, // pointers to them
    A_FLOAT,
    A_DOUBLE,
    AN_ID,
    A_SIZE,
    A_WIDE,
    A_BOOL,
    A_FUNCTION // values
};
struct parameter {
    const char *name;
    enum kind kind;
    bool is_const;
    size_t offset; // in the struct of arguments
};
struct signature {
    const char *function;
    uint32_t number;
    const struct parameter *parameters;
    size_t n_parameters, bytes;
    struct parameter result;
};
void judge_call(const struct signature *signature, void *arguments);
extern void (*const judge_callbacks[])(void);

// ---- verdicts ------------------------------------------------------------------------

// Ends the test. The message follows the call and the case.
void judge_fail(enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

// What must hold of the test's own reference, or the test is at fault.
void judge_relies_on(bool holds);

// Good input was accepted: returned true. One that returned false and wrote nothing may
// not be written yet.
void expect_accepted(bool returned, const void *output);

// Bad input was refused: returned false and left `output` alone. `why` ends a sentence:
// "id 6 is not below vocab_size 6".
void expect_refused(bool returned, const void *output, const char *why);

// got[r][c] is within allowed[r][c] of wanted[r][c] for all; `allowed` NULL: equal. NaN
// equals NaN. What still holds poison was never written. `got` is an output of the judge's,
// or lies in one.
void expect_floats(const float *got, const double *wanted, const double *allowed,
                   size_t rows, size_t columns);
void expect_doubles(const double *got, const double *wanted, const double *allowed,
                    size_t rows, size_t columns);
void expect_ids(const uint32_t *got, const uint32_t *wanted, size_t n);

// Bit for bit the same floats: also the sign of a zero and the payload of a NaN.
void expect_bits(const float *got, const float *wanted, size_t rows, size_t columns);

// The number that the call returned, or left where `name` says. NaN where a number is
// wanted may mean that the function is not written.
void expect_number(const char *name, double got, double wanted, double allowed);

// Any other condition on the outcome of a call: `says` is for the student if it fails.
void expect(bool holds, const char *says, ...) __attribute__((format(printf, 2, 3)));

// Every test ends with this: a test that checked nothing has failed, and a function that
// remembers something fails here.
void judge_passed(void);

#endif
