// See judge.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "judge.h"
#include "sandbox.h"

#include <criterion/hooks.h>
#include <criterion/logging.h>
#include <criterion/options.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

static const char *const verdict_names[N_VERDICTS] = {
    "pass", "wrong", "not written", "crash", "time-out", "out of memory", "grader error",
};

// Bounds of one call. A right answer to any test takes a few milliseconds; the processor
// time is the child's own, so a busy machine does not make a slow answer.
enum { CPU_SECONDS = 1, WALL_SECONDS = 20, MEMORY_BYTES = 512 << 20 };

// ---- the state of one test -----------------------------------------------------------
// A test is a process of its own and these belong to it; Criterion's macros leave no other
// place for them.

enum { MAX_ARRAYS = 64 };

struct array {
    const char *name;
    unsigned char *region; // guard, pages, guard
    size_t region_bytes, guard_bytes, page_bytes;
    unsigned char *data;
    size_t bytes;
    unsigned char *original; // what an array that may be written began with
    bool is_const;
};

static struct array arrays[MAX_ARRAYS];
static size_t n_arrays;
static enum placement placement_now;

enum phase { BEFORE, LOADING, CALLING, RETURNED };

// Shared with the child, which may forge it: see struct fence_report.
struct shared {
    struct fence_report report;
    volatile int phase;
    char loader_says[256];
    _Alignas(16) unsigned char result[64];
};

static struct shared *shared;
static const char *function_name, *call_text;
static char case_text[1024];
static const char *remark_text;
static pid_t child;
static int when_fenced; // the child writes one byte to this pipe before it loads anything
static bool something_was_checked;

void (*judge_symbol)(void);

// ---- failing -------------------------------------------------------------------------

static void *must_map(size_t bytes, int protection, int kind)
{
    void *memory =
        mmap(NULL, bytes, protection, kind | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        judge_fail(GRADER_ERROR, "The judge could not map %zu bytes: %s.", bytes,
                   strerror(errno));
    return memory;
}

// The hook that reads this splits at the first '|'.
void judge_fail(enum verdict verdict, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    char message[6144];
    if (call_text != NULL)
        snprintf(message, sizeof message, "%s|Called %s%s%s.\n%s%s%s",
                 verdict_names[verdict], call_text, *case_text ? "\nwith " : "",
                 case_text, text, remark_text ? "\n" : "",
                 remark_text ? remark_text : "");
    else
        snprintf(message, sizeof message, "%s|%s", verdict_names[verdict], text);
    cr_assert(false, "%s", message);
    abort(); // not reached: cr_assert leaves the test
}

void judge_passed(void)
{
    if (!something_was_checked)
        judge_fail(GRADER_ERROR, "This test has checked nothing.");
    cr_assert(true);
}

void judge_case(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(case_text, sizeof case_text, format, arguments);
    va_end(arguments);
}

void judge_remark(const char *remark)
{
    remark_text = remark;
}

// ---- arrays --------------------------------------------------------------------------

static const uint32_t float_poison = 0x7fc0d1edu;
static const uint64_t double_poison = 0x7ff8d1edd1edd1edu;
enum { SLACK = 0xa5 };

void judge_placement(enum placement placement)
{
    placement_now = placement;
}

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

// Guard pages as wide as the array itself, so that a stride or an offset that is wrong
// still lands in them. An input is private: what a child does to it stays in the child.
static struct array *new_array(const char *name, size_t bytes, bool is_const)
{
    if (n_arrays == MAX_ARRAYS)
        judge_fail(GRADER_ERROR, "A test makes more than %d arrays.", MAX_ARRAYS);
    struct array *array = &arrays[n_arrays++];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *array = (struct array){.name = name, .bytes = bytes, .is_const = is_const};
    array->page_bytes = round_up(bytes > 0 ? bytes : 1, page);
    array->guard_bytes = round_up(array->page_bytes + (1 << 20), page);
    array->region_bytes = array->page_bytes + 2 * array->guard_bytes;
    array->region =
        must_map(array->region_bytes, PROT_NONE, is_const ? MAP_PRIVATE : MAP_SHARED);
    unsigned char *pages = array->region + array->guard_bytes;
    if (mprotect(pages, array->page_bytes, PROT_READ | PROT_WRITE) != 0)
        judge_fail(GRADER_ERROR, "The judge could not open its pages: %s.",
                   strerror(errno));
    array->data = pages;
    if (placement_now == ENDS_AT_GUARD)
        array->data += array->page_bytes - bytes;
    if (array->page_bytes - bytes < page) {
        memset(pages, SLACK, (size_t)(array->data - pages));
        memset(array->data + bytes, SLACK,
               (size_t)(pages + array->page_bytes - array->data) - bytes);
    }
    return array;
}

static void seal(struct array *array)
{
    mprotect(array->region + array->guard_bytes, array->page_bytes, PROT_READ);
}

// Keeps what the array holds now, to tell later whether it was touched.
static void *remember(struct array *array)
{
    array->original = must_map(array->bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    memcpy(array->original, array->data, array->bytes);
    return array->data;
}

const void *bytes_in(const char *name, const void *values, size_t bytes)
{
    struct array *array = new_array(name, bytes, true);
    if (bytes > 0)
        memcpy(array->data, values, bytes);
    seal(array);
    return array->data;
}

void *bytes_inout(const char *name, const void *values, size_t bytes)
{
    struct array *array = new_array(name, bytes, false);
    if (bytes > 0)
        memcpy(array->data, values, bytes);
    return remember(array);
}

static void *poisoned(const char *name, size_t n, const void *poison, size_t width)
{
    struct array *array = new_array(name, n * width, false);
    for (size_t i = 0; i < n; i++)
        memcpy(array->data + i * width, poison, width);
    return remember(array);
}

const float *floats_in(const char *name, const float *values, size_t n)
{
    return bytes_in(name, values, n * sizeof *values);
}

const double *doubles_in(const char *name, const double *values, size_t n)
{
    return bytes_in(name, values, n * sizeof *values);
}

const uint32_t *ids_in(const char *name, const uint32_t *values, size_t n)
{
    return bytes_in(name, values, n * sizeof *values);
}

float *sparse_floats_in(const char *name, size_t n)
{
    return (float *)new_array(name, n * sizeof(float), true)->data;
}

float *floats_out(const char *name, size_t n)
{
    return poisoned(name, n, &float_poison, sizeof float_poison);
}

double *doubles_out(const char *name, size_t n)
{
    return poisoned(name, n, &double_poison, sizeof double_poison);
}

uint32_t *ids_out(const char *name, size_t n)
{
    return poisoned(name, n, &float_poison, sizeof float_poison);
}

float *floats_inout(const char *name, const float *values, size_t n)
{
    return bytes_inout(name, values, n * sizeof *values);
}

double *doubles_inout(const char *name, const double *values, size_t n)
{
    return bytes_inout(name, values, n * sizeof *values);
}

uint32_t *ids_inout(const char *name, const uint32_t *values, size_t n)
{
    return bytes_inout(name, values, n * sizeof *values);
}

static struct array *array_at(const void *data)
{
    for (size_t i = n_arrays; i-- > 0;)
        if (arrays[i].data == data)
            return &arrays[i];
    judge_fail(GRADER_ERROR, "A test asks about an array that the judge did not make.");
}

void judge_seal(const void *array)
{
    seal(array_at(array));
}

bool is_untouched(const void *data)
{
    const struct array *array = array_at(data);
    return memcmp(array->data, array->original, array->bytes) == 0;
}

double *judge_doubles(size_t n)
{
    return must_map((n + 1) * sizeof(double), PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

float *judge_floats(size_t n)
{
    return must_map((n + 1) * sizeof(float), PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

uint32_t *judge_ids(size_t n)
{
    return must_map((n + 1) * sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

// ---- for references, and for words about inputs --------------------------------------

double *filled(size_t n, double value)
{
    double *values = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        values[i] = value;
    return values;
}

double *transposed(const double *values, size_t rows, size_t columns)
{
    double *out = judge_doubles(rows * columns);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            out[c * rows + r] = values[r * columns + c];
    return out;
}

double dot_product(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

double cosine_of(const float *a, const float *b, size_t n)
{
    const double norms = sqrt(dot_product(a, a, n)) * sqrt(dot_product(b, b, n));
    return norms > 0 ? dot_product(a, b, n) / norms : 0;
}

const char *list_ids(const uint32_t *ids, size_t n)
{
    static char text[256];
    size_t used = 0;
    text[0] = '\0';
    for (size_t t = 0; t < n && used < sizeof text - 20; t++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", t ? " " : "",
                                 (unsigned)ids[t]);
    if (used >= sizeof text - 20)
        snprintf(text + used, sizeof text - used, " ...");
    return text;
}

// ---- random inputs -------------------------------------------------------------------

static const char *seed_text(void)
{
    const char *seed = getenv("SEED");
    return seed != NULL && *seed ? seed : "1";
}

// FNV-1a of the seed and the test's name starts a splitmix64 (Steele, Lea and Flood 2014).
static uint64_t random_start(void)
{
    uint64_t hash = 14695981039346656037u;
    const char *texts[] = {seed_text(), criterion_current_test->category,
                           criterion_current_test->name};
    for (size_t i = 0; i < 3; i++)
        for (const char *c = texts[i]; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash;
}

uint32_t judge_random(void)
{
    static uint64_t state;
    static bool started;
    if (!started)
        state = random_start();
    started = true;
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

size_t random_between(size_t least, size_t most)
{
    return least + judge_random() % (most - least + 1);
}

double random_normal(void)
{
    double u = (judge_random() + 1.0) / 4294967297.0;
    double turn = judge_random() / 4294967296.0 * 6.283185307179586;
    return sqrt(-2 * log(u)) * cos(turn);
}

void fill_normal(float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)random_normal();
}

void fill_ids(uint32_t *ids, size_t n, size_t vocab_size)
{
    for (size_t t = 0; t < n; t++)
        ids[t] = (uint32_t)random_between(0, vocab_size - 1);
    if (n > 2)
        ids[n - 1] = ids[random_between(0, n - 2)];
}

// ---- the call ------------------------------------------------------------------------

static const char *submission(void)
{
    return getenv("SUBMISSION");
}

void *judge_result(const char *function, const char *call, size_t bytes)
{
    function_name = function;
    call_text = call;
    if (shared == NULL)
        shared = must_map(sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED);
    if (bytes > sizeof shared->result)
        judge_fail(GRADER_ERROR, "The result of %s is too large for the judge.",
                   function);
    memset(shared, 0, sizeof *shared);
    return shared->result;
}

extern char **environ;

// The seed, paths, and whatever else the environment holds are no submission's business.
static void forget_environment(void)
{
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
        memset(*variable, 0, strlen(*variable));
    environ = NULL;
}

// In the child, behind the fence: finds the function, or ends.
static void load(void)
{
    static char path[PATH_MAX] = "/submission"; // with the filter, any name will do
    shared->phase = LOADING;
    if (fence_level()[0] != 's')
        snprintf(path, sizeof path, "%s", submission());
    forget_environment();
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object != NULL)
        *(void **)&judge_symbol = dlsym(object, function_name);
    if (judge_symbol == NULL) {
        const char *why = dlerror();
        snprintf(shared->loader_says, sizeof shared->loader_says, "%s",
                 why ? why : "no reason");
        _exit(113);
    }
    fence_loaded();
    shared->phase = CALLING;
}

bool judge_child(void)
{
    int object = open(submission(), O_RDONLY | O_CLOEXEC), fenced[2];
    if (object < 0)
        judge_fail(GRADER_ERROR, "The judge cannot open %s: %s.", submission(),
                   strerror(errno));
    fence_level(); // asks the kernel while that is still allowed
    if (pipe(fenced) != 0 || (child = fork()) < 0)
        judge_fail(GRADER_ERROR, "The judge cannot start a process: %s.",
                   strerror(errno));
    if (child > 0) {
        close(object);
        close(fenced[1]);
        when_fenced = fenced[0];
        return false;
    }
    if (!fence_enter(object, fenced[1], MEMORY_BYTES, &shared->report))
        _exit(114);
    load();
    return true;
}

void judge_leave_child(int after_the_call)
{
    shared->phase = RETURNED;
    _exit(after_the_call);
}

// ---- how a call ended ----------------------------------------------------------------

static const struct array *array_near(const unsigned char *address)
{
    for (size_t i = n_arrays; i-- > 0;)
        if (address >= arrays[i].region &&
            address < arrays[i].region + arrays[i].region_bytes)
            return &arrays[i];
    return NULL;
}

static void fail_near_array(const struct array *array, const unsigned char *address)
{
    int is_write = shared->report.fault_is_write;
    const char *did = is_write == 1 ? "wrote" : is_write == 0 ? "read" : "reached";
    if (address >= array->data && address < array->data + array->bytes)
        judge_fail(CRASH, "%s wrote to %s, which is const: inputs are only read.",
                   function_name, array->name);
    bool before = address < array->data;
    size_t away = before ? (size_t)(array->data - address)
                         : (size_t)(address - array->data) - array->bytes;
    judge_fail(CRASH, "%s %s %s of %s: byte %zu %s its %zu bytes.", function_name, did,
               before ? "before the start" : "past the end", array->name,
               before ? away : away + 1, before ? "before" : "after", array->bytes);
}

static void fail_at_fault(void)
{
    const struct fence_report *report = &shared->report;
    const unsigned char *address = report->fault_address;
    const struct array *array = array_near(address);
    uintptr_t below_stack = (uintptr_t)report->stack_pointer - (uintptr_t)address;

    if (report->fault_signal == SIGFPE)
        judge_fail(CRASH, "%s crashed: a whole number was divided by zero.",
                   function_name);
    if (array != NULL)
        fail_near_array(array, address);
    if (report->fault_errno == ENOMEM && (uintptr_t)address < (1u << 30))
        judge_fail(OUT_OF_MEMORY,
                   "%s ran out of memory: it may use %d MB, and malloc gave NULL.",
                   function_name, MEMORY_BYTES >> 20);
    if (report->stack_pointer != NULL && below_stack + (1 << 20) < (2u << 20))
        judge_fail(CRASH,
                   "%s ran out of stack: a recursion that does not end, or a very "
                   "large local array.",
                   function_name);
    if ((uintptr_t)address < 4096)
        judge_fail(CRASH, "%s crashed: it used a NULL pointer.", function_name);
    judge_fail(CRASH, "%s crashed: it used an address that is in none of its arrays.",
               function_name);
}

static const char *in_phase(void)
{
    return shared->phase == LOADING ? "Before any exercise was called, code of the file"
                                    : function_name;
}

static void fail_at_signal(int number)
{
    if (number == SIGSYS) // its handler could not run: the signal was blocked
        judge_fail(CRASH,
                   "%s asked the system for something that an exercise does not need.",
                   in_phase());
    if (number == SIGXCPU || number == SIGKILL)
        judge_fail(CRASH, "%s was killed by the system.", function_name);
    judge_fail(CRASH, "%s crashed with signal %d (%s).", function_name, number,
               strsignal(number));
}

// The loader's words, in memory that the child could write: only what can be printed.
static const char *loader_says(void)
{
    static char words[sizeof shared->loader_says];
    memcpy(words, shared->loader_says, sizeof words - 1);
    for (char *c = words; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return words;
}

static void fail_at_exit(struct ending end)
{
    if (end.status == 113 && *shared->loader_says)
        judge_fail(CRASH, "The program could not be loaded: %s.", loader_says());
    judge_fail(CRASH,
               "%s ended the process with exit(%d): a function returns to its caller.",
               in_phase(), end.status);
}

// What lies between an output and its guard page is not the submission's to write.
static void check_slack(void)
{
    for (size_t i = 0; i < n_arrays; i++) {
        const struct array *array = &arrays[i];
        if (array->is_const)
            continue;
        const unsigned char *pages = array->region + array->guard_bytes;
        const unsigned char *end = array->data + array->bytes;
        for (const unsigned char *byte = pages; byte < array->data; byte++)
            if (*byte != SLACK)
                judge_fail(CRASH, "%s wrote before the start of %s: byte %zu before it.",
                           function_name, array->name, (size_t)(array->data - byte));
        for (const unsigned char *byte = end; byte < pages + array->page_bytes; byte++)
            if (*byte != SLACK)
                judge_fail(
                    CRASH, "%s wrote past the end of %s: byte %zu after its %zu bytes.",
                    function_name, array->name, (size_t)(byte - end) + 1, array->bytes);
    }
}

void judge_wait(void)
{
    struct ending end = wait_with_deadline(child, CPU_SECONDS, WALL_SECONDS);
    char byte;
    bool was_fenced = read(when_fenced, &byte, 1) == 1;
    close(when_fenced);
    if (!was_fenced)
        judge_fail(GRADER_ERROR, "The judge could not put up its fence.");
    if (end.cause == ENDED_CPU_TIME)
        judge_fail(TIME_OUT,
                   "%s was still running after %d s of processor time: is there a "
                   "loop that does not end?",
                   in_phase(), CPU_SECONDS);
    if (end.cause == ENDED_WALL_TIME)
        judge_fail(TIME_OUT,
                   "%s was still running after %d s: does it wait for something?",
                   in_phase(), WALL_SECONDS);
    if (shared->report.asked_for >= 0)
        judge_fail(CRASH, "%s asked the system for %s: an exercise only computes.",
                   in_phase(), system_call_name(shared->report.asked_for));
    if (shared->report.fault_signal != 0)
        fail_at_fault();
    if (end.cause == ENDED_SIGNAL)
        fail_at_signal(end.status);
    if (end.cause == ENDED_EXIT && (end.status != 0 || shared->phase != RETURNED))
        fail_at_exit(end);
    if (end.cause != ENDED_EXIT)
        judge_fail(GRADER_ERROR, "The judge lost the process that ran %s.",
                   function_name);
    check_slack();
}

// ---- comparing -----------------------------------------------------------------------

void expect_accepted(bool returned, const void *output)
{
    something_was_checked = true;
    if (returned)
        return;
    if (is_untouched(output))
        judge_fail(NOT_WRITTEN,
                   "%s returned false and wrote nothing: it is not written yet, or it "
                   "refuses good input.",
                   function_name);
    judge_fail(WRONG, "%s must return true here: this input is good.", function_name);
}

void expect_refused(bool returned, const void *output, const char *why)
{
    something_was_checked = true;
    if (returned)
        judge_fail(WRONG, "%s must return false here: %s.", function_name, why);
    if (!is_untouched(output))
        judge_fail(WRONG,
                   "%s returned false, but %s must stay untouched: %s. Check everything "
                   "before you write anything.",
                   function_name, array_at(output)->name, why);
}

static bool same(double got, double wanted, double allowed)
{
    if (isnan(wanted) || isnan(got))
        return isnan(wanted) && isnan(got);
    return got == wanted || fabs(got - wanted) <= allowed;
}

// One comparison of n elements, whatever their type.
struct comparison {
    const char *name;
    const double *got, *wanted, *allowed;
    size_t rows, columns;
    const bool *poisoned; // or NULL
};

// How far a named mistake may be from what it names: rounding, no more.
static double near(const struct comparison *c, size_t i, double gives)
{
    double allowed = c->allowed != NULL ? c->allowed[i] : 0;
    return fmax(allowed, 1e-6 * fabs(gives));
}

static const char *name_the_mistake(const struct comparison *c,
                                    const struct mistake *mistakes)
{
    size_t n = c->rows * c->columns;
    for (const struct mistake *m = mistakes; m != NULL && m->says != NULL; m++) {
        bool matches = true, differs = false;
        for (size_t i = 0; matches && i < n; i++) {
            if (m->gives[i] <= ANYTHING)
                continue;
            matches = same(c->got[i], m->gives[i], near(c, i, m->gives[i]));
            differs =
                differs || !same(c->wanted[i], m->gives[i], near(c, i, m->gives[i]));
        }
        if (matches && differs)
            return m->says;
    }
    return NULL;
}

static void element_name(char *text, size_t size, const struct comparison *c, size_t i)
{
    if (c->rows == 1 && c->columns == 1)
        snprintf(text, size, "%s", c->name);
    else if (c->rows == 1)
        snprintf(text, size, "%s[%zu]", c->name, i);
    else
        snprintf(text, size, "%s[%zu][%zu]", c->name, i / c->columns, i % c->columns);
}

// A test that would let nearly anything pass is at fault itself.
static void refuse_loose(const struct comparison *c)
{
    size_t n = c->rows * c->columns;
    double largest = 1;
    for (size_t i = 0; i < n; i++)
        if (isfinite(c->wanted[i]) && c->wanted[i] != ANYTHING)
            largest = fmax(largest, fabs(c->wanted[i]));
    for (size_t i = 0; c->allowed != NULL && i < n; i++)
        if (!(c->allowed[i] <= 0.05 * largest))
            judge_fail(GRADER_ERROR,
                       "The test allows %s to be off by %g: that is too much.", c->name,
                       c->allowed[i]);
}

static void compare(const struct comparison *c, const struct mistake *mistakes)
{
    size_t n = c->rows * c->columns, wrong = 0, first = 0;
    something_was_checked = true;
    refuse_loose(c);
    for (size_t i = n; i-- > 0;)
        if ((c->poisoned != NULL && c->poisoned[i]) ||
            !same(c->got[i], c->wanted[i], c->allowed != NULL ? c->allowed[i] : 0)) {
            wrong++;
            first = i;
        }
    if (wrong == 0)
        return;

    char element[96], count[96] = "";
    element_name(element, sizeof element, c, first);
    if (n > 1)
        snprintf(count, sizeof count, " (%zu of %zu elements differ)", wrong, n);
    const char *named = name_the_mistake(c, mistakes);
    if (c->poisoned != NULL && c->poisoned[first])
        judge_fail(WRONG,
                   "%s was never written (or += added to it before it was set); wanted "
                   "%.9g%s.%s%s",
                   element, c->wanted[first], count, named ? "\n" : "",
                   named ? named : "");
    judge_fail(WRONG, "%s: got %.9g, wanted %.9g%s.%s%s", element, c->got[first],
               c->wanted[first], count, named ? "\n" : "", named ? named : "");
}

// got as doubles, and which of its elements the call left as they were, if they were poison.
static void read_elements(const void *got, size_t n, size_t width, double *values,
                          bool *poison)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char *at = (const unsigned char *)got + i * width;
        float narrow;
        double wide;
        uint32_t bits;
        uint64_t wide_bits;
        memcpy(&bits, at, sizeof bits);
        memcpy(&narrow, at, sizeof narrow);
        if (width == sizeof wide) {
            memcpy(&wide, at, sizeof wide);
            memcpy(&wide_bits, at, sizeof wide_bits);
            poison[i] = wide_bits == double_poison;
            values[i] = wide;
        } else {
            poison[i] = bits == float_poison;
            values[i] = (double)narrow;
        }
    }
}

void expect_floats(const char *name, const float *got, const double *wanted,
                   const double *allowed, size_t rows, size_t columns,
                   const struct mistake *mistakes)
{
    size_t n = rows * columns;
    double *values = judge_doubles(n);
    bool *poison = (bool *)judge_ids(n);
    read_elements(got, n, sizeof *got, values, poison);
    struct comparison c = {name, values, wanted, allowed, rows, columns, poison};
    compare(&c, mistakes);
}

void expect_doubles(const char *name, const double *got, const double *wanted,
                    const double *allowed, size_t rows, size_t columns,
                    const struct mistake *mistakes)
{
    size_t n = rows * columns;
    double *values = judge_doubles(n);
    bool *poison = (bool *)judge_ids(n);
    read_elements(got, n, sizeof *got, values, poison);
    struct comparison c = {name, values, wanted, allowed, rows, columns, poison};
    compare(&c, mistakes);
}

void expect_ids(const char *name, const uint32_t *got, const uint32_t *wanted, size_t n,
                const struct mistake *mistakes)
{
    double *values = judge_doubles(n), *right = judge_doubles(n);
    bool *poison = (bool *)judge_ids(n);
    for (size_t i = 0; i < n; i++) {
        values[i] = got[i];
        right[i] = wanted[i];
        poison[i] = got[i] == float_poison && wanted[i] != float_poison;
    }
    struct comparison c = {name, values, right, NULL, 1, n, poison};
    compare(&c, mistakes);
}

void expect_bits(const char *name, const float *got, const float *wanted, size_t rows,
                 size_t columns)
{
    something_was_checked = true;
    for (size_t i = 0; i < rows * columns; i++) {
        uint32_t got_bits, wanted_bits;
        memcpy(&got_bits, &got[i], sizeof got_bits);
        memcpy(&wanted_bits, &wanted[i], sizeof wanted_bits);
        if (got_bits == wanted_bits)
            continue;
        if (got_bits == float_poison)
            judge_fail(WRONG, "%s[%zu][%zu] was never written.", name, i / columns,
                       i % columns);
        judge_fail(
            WRONG,
            "%s[%zu][%zu]: got %g (bits %08x), wanted %g (bits %08x): not the same "
            "bit for bit.",
            name, i / columns, i % columns, (double)got[i], (unsigned)got_bits,
            (double)wanted[i], (unsigned)wanted_bits);
    }
}

void expect_number(const char *name, double got, double wanted, double allowed,
                   const struct mistake *mistakes)
{
    something_was_checked = true;
    struct comparison c = {name, &got, &wanted, &allowed, 1, 1, NULL};
    if (isnan(got) && !isnan(wanted) && name_the_mistake(&c, mistakes) == NULL)
        judge_fail(NOT_WRITTEN,
                   "%s returned NaN: it is not written yet, or it divides "
                   "zero by zero; wanted %.9g.",
                   function_name, wanted);
    compare(&c, mistakes);
}

// Read by the address sanitizer where it is built in: no leak checker behind the fence, and
// malloc gives NULL at the limit, as it does without a sanitizer.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:allocator_may_return_null=1:handle_abort=0";
}

// ---- the runner ----------------------------------------------------------------------
// Criterion runs every test in a process of its own; below is what its parent does. What
// counts is the table of points: a row without a test that passed has failed.

struct row {
    char exercise[16], function[64], test[64];
    int points;
    enum verdict verdict;
    char *message;
};

enum { MAX_ROWS = 512 };
static struct row rows[MAX_ROWS];
static size_t n_rows;

static char *copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = malloc(bytes);
    if (copy == NULL) {
        fputs("judge: out of memory\n", stderr);
        exit(2);
    }
    return memcpy(copy, text, bytes);
}

static void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("judge: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void read_points(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        give_up("cannot read the table of points %s: %s", path, strerror(errno));
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        struct row row = {.verdict = GRADER_ERROR};
        if (number == 1 || line[0] == '\n' || atoi(line) != judge_chapter)
            continue;
        if (sscanf(line, "%15s %63s %63s %d", row.exercise, row.function, row.test,
                   &row.points) != 4)
            give_up("%s:%d: want exercise, function, test, points", path, number);
        if (n_rows == MAX_ROWS)
            give_up("%s: more than %d tests in one chapter", path, MAX_ROWS);
        row.message = copy_text("This test did not run.");
        rows[n_rows++] = row;
    }
    fclose(file);
    if (n_rows == 0)
        give_up("%s has no row for chapter %d", path, judge_chapter);
}

static struct row *row_of(const struct criterion_test *test)
{
    for (size_t i = 0; i < n_rows; i++)
        if (strcmp(rows[i].function, test->category) == 0 &&
            strcmp(rows[i].test, test->name) == 0)
            return &rows[i];
    return NULL;
}

static void set_verdict(struct row *row, const char *message)
{
    const char *bar = strchr(message, '|');
    row->verdict = GRADER_ERROR;
    for (int v = WRONG; bar != NULL && v < N_VERDICTS; v++)
        if (strlen(verdict_names[v]) == (size_t)(bar - message) &&
            strncmp(message, verdict_names[v], (size_t)(bar - message)) == 0)
            row->verdict = (enum verdict)v;
    free(row->message);
    row->message = copy_text(bar != NULL ? bar + 1 : message);
}

ReportHook(POST_TEST)(struct criterion_test_stats *stats)
{
    struct row *row = row_of(stats->test);
    const char *failed = NULL;
    for (struct criterion_assert_stats *a = stats->asserts; a != NULL; a = a->next)
        if (!a->passed && a->message != NULL)
            failed = a->message;
    if (row == NULL)
        return;
    if (failed != NULL)
        set_verdict(row, failed);
    else if (stats->crashed || stats->timed_out)
        set_verdict(row, "grader error|The test's own process died or ran out of time.");
    else if (stats->test_status != CR_STATUS_PASSED || stats->passed_asserts < 1)
        set_verdict(row, "grader error|The test ended without a verdict.");
    else {
        row->verdict = PASS;
        row->message[0] = '\0';
    }
}

static void write_escaped(FILE *file, const char *text)
{
    for (; *text; text++) {
        const char *special = *text == '\n'   ? "\\n"
                              : *text == '\t' ? "\\t"
                              : *text == '\\' ? "\\\\"
                                              : NULL;
        if (special != NULL)
            fputs(special, file);
        else
            fputc(*text, file);
    }
}

static void write_results(const char *path)
{
    FILE *file = fopen(path, "w");
    size_t written = 0;
    if (file == NULL)
        give_up("cannot write %s: %s", path, strerror(errno));
    for (size_t i = 0; i < n_rows; i++) {
        const struct row *row = &rows[i];
        fprintf(file, "%s\t%s\t%s\t%d\t%d\t%s\t", row->exercise, row->function, row->test,
                row->points, row->verdict == PASS ? row->points : 0,
                verdict_names[row->verdict]);
        write_escaped(file, row->message);
        fputc('\n', file);
        written++;
    }
    fprintf(file, "end\t%zu\n", written);
    if (fclose(file) != 0)
        give_up("cannot write %s: %s", path, strerror(errno));
}

// An exercise's line on the board: the verdict of its first test that failed.
static const struct row *first_failed(const char *exercise)
{
    for (size_t i = 0; i < n_rows; i++)
        if (strcmp(rows[i].exercise, exercise) == 0 && rows[i].verdict != PASS)
            return &rows[i];
    return NULL;
}

static void print_exercise(size_t first)
{
    const struct row *row = &rows[first], *failed = first_failed(row->exercise);
    size_t tests = 0, passed = 0;
    for (size_t i = first; i < n_rows; i++)
        if (strcmp(rows[i].exercise, row->exercise) == 0) {
            tests++;
            passed += rows[i].verdict == PASS;
        }
    printf("  %-5s %-24s ", row->exercise, row->function);
    if (failed == NULL)
        printf("done (%zu tests)\n", tests);
    else if (failed->verdict == NOT_WRITTEN)
        printf("not written yet\n");
    else
        printf("%s: %s (%zu of %zu tests pass)\n", verdict_names[failed->verdict],
               failed->test, passed, tests);
}

static void print_indented(const char *text)
{
    fputs("  ", stdout);
    for (; *text; text++) {
        fputc(*text, stdout);
        if (*text == '\n')
            fputs("  ", stdout);
    }
    fputc('\n', stdout);
}

// The board of the chapter, then the first failure in full. True if all passed.
static bool print_board(void)
{
    const struct row *explain = NULL;
    int points = 0, earned = 0;
    for (size_t i = 0; i < n_rows; i++) {
        if (i == 0 || strcmp(rows[i].exercise, rows[i - 1].exercise) != 0)
            print_exercise(i);
        points += rows[i].points;
        earned += rows[i].verdict == PASS ? rows[i].points : 0;
        if (rows[i].verdict != PASS &&
            (explain == NULL ||
             (explain->verdict == NOT_WRITTEN && rows[i].verdict != NOT_WRITTEN)))
            explain = &rows[i]; // what somebody has written comes before what nobody has
    }
    printf("  %d of %d points\n", earned, points);
    if (explain == NULL)
        return true;
    if (explain->verdict == NOT_WRITTEN) {
        printf("\nNext: exercise %s, %s.\n", explain->exercise, explain->function);
        return false;
    }
    printf("\nFirst to mend: exercise %s, %s, test %s:\n", explain->exercise,
           explain->function, explain->test);
    print_indented(explain->message);
    if (strcmp(seed_text(), "1") != 0)
        printf("  (inputs drawn with SEED=%s)\n", seed_text());
    return false;
}

// Every test has its row, so that no test is left out of the count unseen.
static void check_rows(struct criterion_test_set *set)
{
    FOREACH_SET(struct criterion_suite_set * suite, set->suites)
    {
        FOREACH_SET(struct criterion_test * test, suite->tests)
        {
            if (row_of(test) == NULL)
                give_up("test %s/%s has no row in the table of points", test->category,
                        test->name);
        }
    }
}

struct options {
    const char *submission, *results, *only;
};

static const char *value_of(const char *argument, const char *option)
{
    size_t length = strlen(option);
    return strncmp(argument, option, length) == 0 ? argument + length : NULL;
}

static struct options read_options(int argc, char *argv[])
{
    struct options options = {.submission = getenv("SUBMISSION")};
    for (int i = 1; i < argc; i++) {
        const char *value;
        if ((value = value_of(argv[i], "--submission=")) != NULL)
            options.submission = value;
        else if ((value = value_of(argv[i], "--results=")) != NULL)
            options.results = value;
        else if ((value = value_of(argv[i], "--only=")) != NULL)
            options.only = value;
        else
            give_up("unknown argument %s; there are --submission=, --results=, --only=",
                    argv[i]);
    }
    if (options.submission == NULL)
        give_up("say what to judge: --submission=FILE.so");
    return options;
}

// "1.3" asks for an exercise, "1.3/random_tables" for one of its tests.
static bool is_asked(const struct row *row, const char *only)
{
    size_t n = strlen(row->exercise);
    return strncmp(only, row->exercise, n) == 0 &&
           (only[n] == '\0' || (only[n] == '/' && strcmp(only + n + 1, row->test) == 0));
}

// Keeps the rows that are asked for, and tells Criterion which tests these are.
static void choose_tests(const char *only)
{
    static char pattern[160];
    size_t kept = 0;
    if (only == NULL)
        return;
    for (size_t i = 0; i < n_rows; i++)
        if (is_asked(&rows[i], only))
            rows[kept++] = rows[i];
    if (kept == 0)
        give_up("there is no exercise or test %s in chapter %d", only, judge_chapter);
    n_rows = kept;
    snprintf(pattern, sizeof pattern, "%s/%s", rows[0].function,
             strchr(only, '/') != NULL ? rows[0].test : "*");
    criterion_options.pattern = pattern;
}

int main(int argc, char *argv[])
{
    static struct criterion_logger silent;
    struct options options = read_options(argc, argv);
    const char *points = getenv("POINTS");
    read_points(points != NULL ? points : "tests/points.tsv");
    if (access(options.submission, R_OK) != 0)
        give_up("cannot read %s: %s", options.submission, strerror(errno));
    char full[PATH_MAX];
    if (realpath(options.submission, full) == NULL)
        give_up("cannot find %s: %s", options.submission, strerror(errno));
    setenv("SUBMISSION", full,
           1); // tests are started anew: they see only the environment

    struct criterion_test_set *set = criterion_initialize();
    check_rows(set);
    criterion_options.logger = &silent;
    choose_tests(options.only);
    criterion_options.timeout = 60;
    criterion_run_all_tests(set);
    criterion_finalize(set);

    if (options.results != NULL)
        write_results(options.results);
    return print_board() ? 0 : 1;
}
