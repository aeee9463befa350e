// What is right, what is not, and which mistake it is: see judge.h.
#include "answers.h"
#include "inside.h"

#include <dlfcn.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *function_name(void)
{
    return judge_n_calls > 0 ? judge_log[judge_n_calls - 1].signature->function
                             : "the test";
}

// ---- one comparison, whatever the type of its elements --------------------------------

struct comparison {
    const char *name;
    const double *number; // what was got, or NULL: it is at `got`
    const unsigned char *got;
    const double *wanted, *allowed; // allowed NULL: equal
    size_t rows, columns;
    const struct array *array; // where `got` was found, or NULL: the call's result
    size_t first_byte, width;  // of an element; 0: it is no number that can be compared
    bool whole;                // ids
};

struct element {
    double value;
    bool is_poison;
};

static inline bool same(double got, double wanted, double allowed)
{
    if (isnan(wanted) || isnan(got))
        return isnan(wanted) && isnan(got);
    return got == wanted || fabs(got - wanted) <= allowed;
}

static inline double allowed_at(const struct comparison *c, size_t i)
{
    return c->allowed != NULL ? c->allowed[i] : 0;
}

// The i-th of elements of `width` bytes (4: float, or, if `whole`, id).
static inline struct element element_of(const unsigned char *from, size_t i, size_t width,
                                        bool whole)
{
    const unsigned char *at = from + i * width;
    if (width == sizeof(double)) {
        double value;
        uint64_t wide_bits;
        memcpy(&wide_bits, at, sizeof wide_bits);
        memcpy(&value, at, sizeof value);
        return (struct element){value, wide_bits == double_poison};
    }
    float narrow;
    uint32_t bits;
    memcpy(&bits, at, sizeof bits);
    memcpy(&narrow, at, sizeof narrow);
    return (struct element){whole ? (double)bits : (double)narrow, bits == float_poison};
}

// What was got. An id may happen to be what poison looks like.
static inline struct element got_at(const struct comparison *c, size_t i)
{
    if (c->number != NULL)
        return (struct element){c->number[i], false};
    struct element element = element_of(c->got, i, c->width, c->whole);
    if (c->whole && c->wanted[i] == float_poison)
        element.is_poison = false;
    return element;
}

// ---- which mistake it is ---------------------------------------------------------------

static size_t n_answers;
static const struct answer **answers; // of this function, in the order of the file

// The wrong answers are read when the first is needed: they are ours, and are only run
// behind the fence.
static void read_answers(void)
{
    if (answers != NULL || suite_options.wrong[0] == '\0')
        return;
    void *library = dlopen(suite_options.wrong, RTLD_NOW | RTLD_LOCAL);
    const struct answer **last = library != NULL ? dlsym(library, "judge_answers") : NULL;
    if (last == NULL)
        judge_fail(GRADER_ERROR, "The wrong answers cannot be read: %s.", dlerror());
    for (const struct answer *a = *last; a != NULL; a = a->next)
        n_answers++;
    answers = calloc(n_answers + 1, sizeof *answers);
    if (answers == NULL)
        judge_fail(GRADER_ERROR, "There is no memory for the wrong answers.");
    size_t k = n_answers;
    for (const struct answer *a = *last; a != NULL; a = a->next)
        answers[--k] = a; // registered from the first line to the last
}

// The calls that had a part in what is compared: those since the arrays were laid out.
static size_t first_of_case(void)
{
    size_t first = judge_n_calls - 1;
    while (first > 0 &&
           judge_log[first - 1].made.generation == judge_log[first].made.generation)
        first--;
    return first;
}

// the number of `size` bytes, a float or a double, that begins here
static double number_at(const unsigned char *at, size_t size)
{
    float x;
    double y;
    if (size == sizeof y)
        return memcpy(&y, at, sizeof y), y;
    return memcpy(&x, at, sizeof x), (double)x;
}

// An output that held something holds it still.
static bool left_alone(const unsigned char *data, const struct array *array)
{
    return array->poison == NULL && array->original != NULL &&
           memcmp(data, array->original, array->kept) == 0;
}

// Two outputs are the same for a person: the same elements unwritten, the others alike but
// for rounding. One that was left alone is not like one that was written, even if only -0
// became 0.
static bool alike(const unsigned char *a, const unsigned char *b,
                  const struct array *array)
{
    if (memcmp(a, b, judge_compared_bytes(array)) == 0)
        return true;
    if (array->kind != FLOATS && array->kind != DOUBLES)
        return false;
    const size_t size = array->kind == FLOATS ? sizeof(float) : sizeof(double);
    const double part = array->kind == FLOATS ? 1e-4 : 1e-9;
    a += array->data - array->pages;
    b += array->data - array->pages;
    if (left_alone(a, array) || left_alone(b, array))
        return false;
    for (size_t i = 0; i < array->kept; i += size) {
        const double x = number_at(a + i, size), y = number_at(b + i, size);
        if (memcmp(a + i, b + i, size) != 0 &&
            !(fabs(x - y) <= part * fabs(y) + part / 1e3))
            return false;
    }
    return true;
}

static bool same_results(const struct again *again, size_t first)
{
    for (size_t i = first; i < judge_n_calls; i++) {
        const struct logged_call *call = &judge_log[i];
        const enum kind kind = call->signature->result.kind;
        const size_t size = kind == A_FLOAT ? sizeof(float) : sizeof(double);
        const double part = kind == A_FLOAT ? 1e-5 : 1e-9;
        const double x = number_at(again->results[i - first], size),
                     y = number_at(call->result, size);
        const bool near = (kind == A_FLOAT || kind == A_DOUBLE) &&
                          same(x, y, part * fabs(y) + part / 1e4);
        if (!near && memcmp(again->results[i - first], call->result, 16) != 0)
            return false;
    }
    return true;
}

// The compared elements: what the mistake gives is what was got, and is not right. Two
// numbers that are both nearly nothing, or both nearly right, are alike for any reason:
// where the result is wrong they must be the same, or far enough off to mean something.
static bool same_elements(const struct comparison *c, const unsigned char *gives)
{
    const size_t n = c->rows * c->columns;
    bool right = true;
    for (size_t i = 0; i < n; i++) {
        const struct element given = element_of(gives, i, c->width, c->whole),
                             got = got_at(c, i);
        const double value = given.value, allowed = allowed_at(c, i);
        const double slack = isfinite(value) ? fmax(allowed, 1e-6 * fabs(value)) : 0;
        const bool is_right = same(value, c->wanted[i], allowed);
        const bool is_something =
            !same(value, c->wanted[i], slack) && !(fabs(value) < 100 * allowed);
        if (given.is_poison != got.is_poison || !same(got.value, value, slack) ||
            (!is_right && !is_something && !same(got.value, value, 0)))
            return false;
        right = right && is_right && !given.is_poison;
    }
    return !right;
}

// To the last bit.
static bool is_exactly_the_same(struct again *again, size_t first)
{
    for (size_t i = first; i < judge_n_calls; i++)
        if (memcmp(again->results[i - first], judge_log[i].result,
                   sizeof judge_log[i].result) != 0)
            return false;
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const unsigned char *pages = judge_output_again(again, i);
        if (pages != NULL && memcmp(pages, judge_arrays[i].pages,
                                    judge_compared_bytes(&judge_arrays[i])) != 0)
            return false;
    }
    return true;
}

// Stands for a comparison in which nothing but the very same bits is the same.
static const struct comparison bit_for_bit;

// What a wrong answer gave in all outputs, against what the submission did.
static bool is_the_same(struct again *again, size_t first, const struct comparison *c)
{
    const size_t last = judge_n_calls - 1 - first;
    if (c == &bit_for_bit)
        return is_exactly_the_same(again, first);
    const bool of_result = c != NULL && c->array == NULL && c->width > 0;
    bool matches =
        of_result ? same_elements(c, again->results[last]) : same_results(again, first);
    for (size_t i = 0; matches && i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        const unsigned char *pages = judge_output_again(again, i);
        if (pages == NULL)
            continue;
        const unsigned char *gives = pages + (a->data - a->pages);
        matches = c != NULL && c->array == a ? same_elements(c, gives + c->first_byte)
                                             : alike(pages, a->pages, a);
    }
    return matches;
}

// The same but for a thousandth of what is largest: nobody's other mistake.
static bool roughly_alike(const unsigned char *a, const unsigned char *b, size_t n,
                          size_t size)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        const double y = number_at(b + i * size, size);
        largest = isfinite(y) ? fmax(largest, fabs(y)) : largest;
    }
    for (size_t i = 0; i < n; i++)
        if (!same(number_at(a + i * size, size), number_at(b + i * size, size),
                  1e-3 * largest + 1e-30))
            return false;
    return true;
}

static bool was_the_same(const struct array *array, const unsigned char *gives)
{
    unsigned char *gave = malloc(array->page_bytes);
    if (gave == NULL)
        return false;
    judge_read_output(array, gave);
    const size_t at = (size_t)(array->data - array->pages);
    const size_t size = array->kind == FLOATS    ? sizeof(float)
                        : array->kind == DOUBLES ? sizeof(double)
                                                 : 0;
    const bool is_same =
        size > 0 ? roughly_alike(gives + at, gave + at, array->kept / size, size)
                 : memcmp(gives + at, gave + at, array->kept) == 0;
    free(gave);
    return is_same;
}

// Whoever makes this mistake also gave what the submission gave before, in this test.
static bool gave_the_same(const struct answer *answer)
{
    static struct again again;
    const size_t first = first_of_case();
    bool matches = judge_again(0, answer->function, answer->name, &again);
    for (size_t i = 0; matches && i < first; i++) {
        const unsigned char *x = again.results[i], *y = judge_log[i].result;
        const enum kind kind = judge_log[i].signature->result.kind;
        matches = kind == A_FLOAT    ? roughly_alike(x, y, 1, sizeof(float))
                  : kind == A_DOUBLE ? roughly_alike(x, y, 1, sizeof(double))
                                     : memcmp(x, y, sizeof again.results[i]) == 0;
    }
    for (size_t i = 0; matches && i < judge_n_arrays; i++)
        if (judge_arrays[i].generation < judge_log[first].made.generation &&
            judge_output_again(&again, i) != NULL)
            matches = was_the_same(&judge_arrays[i], judge_output_again(&again, i));
    judge_forget(&again);
    return matches;
}

// The wrong answers to the function of the last call in the order of the file, those before
// all others that are known to fail this test: `n_known`.
static size_t find_candidates(const struct answer **candidates, size_t *n_known)
{
    size_t n = 0;
    for (int known = 1; known >= 0; known--) {
        for (size_t i = 0; i < n_answers; i++)
            if (strcmp(answers[i]->kind, "wrong") == 0 &&
                strcmp(answers[i]->function, function_name()) == 0 &&
                (strcmp(answers[i]->test, suite_row->test) == 0) == known)
                candidates[n++] = answers[i];
        if (known)
            *n_known = n;
    }
    return n;
}

// The sentence of the first wrong answer that gives the same on this very case, and gave
// the same in this test so far; or NULL. One that gives the same to the last bit comes before
// those that do so but for rounding. Some are tried at a time; where one does not come back,
// it goes on behind that.
static const char *name_the_mistake(const struct comparison *c)
{
    static struct again again;
    const char *names[MOST_TRIED], *says = NULL;
    if (judge_n_calls == 0)
        return NULL;
    read_answers();
    const struct answer **candidates = calloc(n_answers + 1, sizeof *candidates);
    size_t n_known = 0;
    const size_t n = candidates != NULL ? find_candidates(candidates, &n_known) : 0;
    const size_t first = first_of_case(), most = judge_most_tried(first);
    for (size_t i = 0; i < n && !judge_names_no_more();) {
        const size_t left = (i < n_known ? n_known : n) - i,
                     asked = left < most ? left : most;
        for (size_t k = 0; k < asked; k++)
            names[k] = candidates[i + k]->name;
        const size_t came_back = judge_try(first, function_name(), names, asked);
        for (size_t k = 0; k < came_back; k++) {
            judge_tried(k, &again);
            const bool matches = is_the_same(&again, first, c),
                       is_exact = matches && is_exactly_the_same(&again, first);
            judge_forget(&again);
            if (!matches || (says != NULL && !is_exact) ||
                !gave_the_same(candidates[i + k]))
                continue;
            says = candidates[i + k]->says;
            if (is_exact)
                return says;
        }
        i += came_back < asked ? came_back + 1 : asked;
    }
    return says;
}

// An answer that looks unwritten may be a mistake that has a name. Whether it is written,
// all tests of its exercise say together: then it is asked again (see suite.c).
static void fail_by_name(const struct comparison *c, enum verdict verdict,
                         const char *says)
{
    const bool is_named = verdict != NOT_WRITTEN || suite_row->outcome->is_written;
    const char *named = is_named ? name_the_mistake(c) : NULL;
    judge_fail(verdict, "%s%s%s", says, named != NULL ? "\n" : "",
               named != NULL ? named : "");
}

// ---- comparing -------------------------------------------------------------------------

static void element_name(char *text, size_t size, const struct comparison *c, size_t i)
{
    if (c->array == NULL || c->rows * c->columns == 1)
        snprintf(text, size, "%s", c->name);
    else if (c->rows == 1)
        snprintf(text, size, "%s[%zu]", c->name, i);
    else
        snprintf(text, size, "%s[%zu][%zu]", c->name, i / c->columns, i % c->columns);
}

// A test that would let nearly anything pass is at fault itself.
static void refuse_loose(const struct comparison *c)
{
    const size_t n = c->rows * c->columns;
    double largest = 1;
    for (size_t i = 0; i < n; i++)
        if (isfinite(c->wanted[i]))
            largest = fmax(largest, fabs(c->wanted[i]));
    for (size_t i = 0; c->allowed != NULL && i < n; i++)
        if (!(c->allowed[i] <= 0.05 * largest))
            judge_fail(GRADER_ERROR,
                       "The test allows %s to be off by %g: that is too much.", c->name,
                       c->allowed[i]);
}

// Whole, and not so large that a double has lost digits of it: an id, a count, a word of bits.
static bool is_whole(double x)
{
    return fabs(x) < 0x1p53 && x == floor(x);
}

// Enough digits to tell the two apart, and all digits of whole numbers.
static void print_pair(char *text, size_t size, double got, double wanted)
{
    char a[40], b[40];
    int digits = is_whole(got) && is_whole(wanted) ? 17 : 6;
    do {
        snprintf(a, sizeof a, "%.*g", digits, got);
        snprintf(b, sizeof b, "%.*g", digits, wanted);
        digits++;
    } while (strcmp(a, b) == 0 && digits <= 17);
    snprintf(text, size, "got %s, wanted %s", a, b);
}

static void compare(const struct comparison *c)
{
    const size_t n = c->rows * c->columns;
    size_t wrong = 0, first = 0;
    judge_checked();
    refuse_loose(c);
    for (size_t i = n; i-- > 0;) {
        const struct element got = got_at(c, i);
        if (got.is_poison || !same(got.value, c->wanted[i], allowed_at(c, i))) {
            wrong++;
            first = i;
        }
    }
    if (wrong == 0)
        return;

    char element[96], count[96] = "", pair[96], says[512];
    element_name(element, sizeof element, c, first);
    const struct element got = got_at(c, first);
    print_pair(pair, sizeof pair, got.value, c->wanted[first]);
    if (n > 1)
        snprintf(count, sizeof count, " (%zu of %zu elements differ)", wrong, n);
    if (got.is_poison)
        snprintf(
            says, sizeof says,
            "%s was never written (or += added to it before it was set); wanted %.6g%s.",
            element, c->wanted[first], count);
    else
        snprintf(says, sizeof says, "%s: %s%s.", element, pair, count);
    const bool may_be_unwritten =
        c->array == NULL && isnan(got.value) && !isnan(c->wanted[first]);
    fail_by_name(c, may_be_unwritten ? NOT_WRITTEN : WRONG, says);
}

// `got` is in an output of the judge's.
static void compare_array(const void *got, const double *wanted, const double *allowed,
                          size_t rows, size_t columns, size_t width, bool whole)
{
    const struct array *array = judge_array_at(got);
    if (array == NULL)
        judge_fail(GRADER_ERROR, "A test compares an array that the judge did not make.");
    const struct comparison c = {.name = judge_name_of(array),
                                 .got = got,
                                 .wanted = wanted,
                                 .allowed = allowed,
                                 .rows = rows,
                                 .columns = columns,
                                 .array = array,
                                 .first_byte =
                                     (size_t)((const unsigned char *)got - array->data),
                                 .width = width,
                                 .whole = whole};
    compare(&c);
}

void expect_floats(const float *got, const double *wanted, const double *allowed,
                   size_t rows, size_t columns)
{
    compare_array(got, wanted, allowed, rows, columns, sizeof *got, false);
}

void expect_doubles(const double *got, const double *wanted, const double *allowed,
                    size_t rows, size_t columns)
{
    compare_array(got, wanted, allowed, rows, columns, sizeof *got, false);
}

void expect_ids(const uint32_t *got, const uint32_t *wanted, size_t n)
{
    double *right = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        right[i] = wanted[i];
    compare_array(got, right, NULL, 1, n, sizeof *got, true);
}

void expect_bits(const float *got, const float *wanted, size_t rows, size_t columns)
{
    const struct array *array = judge_array_at(got);
    judge_checked();
    for (size_t i = 0; array != NULL && i < rows * columns; i++) {
        char says[256];
        uint32_t got_bits, wanted_bits;
        memcpy(&got_bits, &got[i], sizeof got_bits);
        memcpy(&wanted_bits, &wanted[i], sizeof wanted_bits);
        if (got_bits == wanted_bits)
            continue;
        if (got_bits == float_poison)
            snprintf(says, sizeof says, "%s[%zu][%zu] was never written.",
                     judge_name_of(array), i / columns, i % columns);
        else
            snprintf(says, sizeof says,
                     "%s[%zu][%zu]: got %g (bits %08x), wanted %g (bits %08x): not the "
                     "same bit for bit.",
                     judge_name_of(array), i / columns, i % columns, (double)got[i],
                     (unsigned)got_bits, (double)wanted[i], (unsigned)wanted_bits);
        fail_by_name(&bit_for_bit, WRONG, says);
    }
    if (array == NULL)
        judge_fail(GRADER_ERROR, "A test compares an array that the judge did not make.");
}

void expect_number(const char *name, double got, double wanted, double allowed)
{
    const enum kind kind =
        judge_n_calls > 0 ? judge_log[judge_n_calls - 1].signature->result.kind : BYTES;
    const size_t width = kind == A_FLOAT    ? sizeof(float)
                         : kind == A_DOUBLE ? sizeof(double)
                                            : 0;
    const struct comparison c = {.name = name,
                                 .number = &got,
                                 .wanted = &wanted,
                                 .allowed = &allowed,
                                 .rows = 1,
                                 .columns = 1,
                                 .width = width};
    compare(&c);
}

void expect_accepted(bool got, const void *output)
{
    char says[256];
    judge_checked();
    if (got)
        return;
    const bool untouched = is_untouched(output);
    snprintf(says, sizeof says,
             "%s returned false%s, and must return true: this input is good.",
             function_name(), untouched ? " and wrote nothing" : "");
    fail_by_name(NULL, untouched ? NOT_WRITTEN : WRONG, says);
}

void expect_refused(bool got, const void *output, const char *why)
{
    char says[512];
    judge_checked();
    if (got)
        snprintf(says, sizeof says, "%s must return false here: %s.", function_name(),
                 why);
    else if (!is_untouched(output))
        snprintf(says, sizeof says,
                 "%s returned false, but %s must stay untouched: %s. Check everything "
                 "before you write anything.",
                 function_name(), judge_name_of(judge_array_at(output)), why);
    else
        return;
    fail_by_name(NULL, WRONG, says);
}

void expect(bool holds, const char *says, ...)
{
    char text[512];
    va_list arguments;
    judge_checked();
    if (holds)
        return;
    va_start(arguments, says);
    vsnprintf(text, sizeof text, says, arguments);
    va_end(arguments);
    fail_by_name(NULL, WRONG, text);
}
