// Arrays and calls: see judge.h and inside.h.
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

// Bounds of one call. A right answer to any test takes a few milliseconds; the processor
// time is the process's own, so a busy machine does not make a slow answer.
enum { CPU_SECONDS = 1, WALL_SECONDS = 20, MEMORY_BYTES = 512 << 20 };

// And of all calls of a test, so that nobody is slow on purpose in every one of them. When
// those of a chapter have taken far more than any right answer does, the rest has less.
enum { TEST_CPU_SECONDS = 3, CHAPTER_CPU_SECONDS = 20 };
static const double late_seconds = 0.5;

// Without a filter there is much to wait with. Who has waited to the end once is late, too.
enum { LATE_WALL_SECONDS = 2 };

// And of those that look for the name of a mistake.
enum { NAMING_SECONDS = 1 };

// ---- the state of one test -----------------------------------------------------------
// A test is a process of its own and these belong to it.

struct array judge_arrays[MAX_ARRAYS];
size_t judge_n_arrays;
struct logged_call judge_log[MAX_CALLS];
size_t judge_n_calls;

static uint32_t generation;
static enum placement placement_now;
static unsigned char *next_place; // for the next array
static struct file {
    int number;
    uint64_t bytes, end; // of the file, and of what is used of it
    bool can_be_cut;     // by who holds it
} inputs = {.number = -1}, outputs = {.number = -1};
static int inputs_to_read = -1;
static char case_text[1024];
static const char *remark_text;
static bool is_held;
static size_t first_held;
static size_t first_made,
    end_of_made; // the calls that were made together with the last one
static bool something_was_checked;
static double cpu_seconds_used, wrong_seconds_used;

// ---- failing -------------------------------------------------------------------------

static void describe_call(char *text, size_t size);

void judge_fail(enum verdict verdict, const char *format, ...)
{
    char says[1900], call[1024] = "";
    struct outcome *outcome = suite_row->outcome;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(says, sizeof says, format, arguments);
    va_end(arguments);
    if (judge_n_calls > 0)
        describe_call(call, sizeof call);
    snprintf(outcome->message, sizeof outcome->message, "%s%s%s%s%s%s%s", call,
             *call ? "\n" : "", *call ? case_text : "", *call && *case_text ? "\n" : "",
             says, remark_text != NULL ? "\n" : "",
             remark_text != NULL ? remark_text : "");
    wrap_lines(outcome->message, 76);
    outcome->verdict = (int)verdict;
    _exit(0);
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

// To have the pages that will be used one by one, as they are touched, takes longer than
// most tests: they are had at once, unless they are many, and in large pieces where the
// system has such.
enum { LARGE_PAGE = 2 << 20 };

static int at_once(size_t bytes)
{
    return bytes < LARGE_PAGE ? MAP_POPULATE : 0;
}

static void have_at_once(void *memory, size_t bytes)
{
#if defined(MADV_HUGEPAGE) && defined(MADV_POPULATE_WRITE)
    if (bytes >= LARGE_PAGE && madvise(memory, bytes, MADV_HUGEPAGE) == 0 &&
        bytes <= (size_t)64 << 20)
        madvise(memory, bytes, MADV_POPULATE_WRITE);
#else
    (void)memory, (void)bytes;
#endif
}

static void *must_map(size_t bytes)
{
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | at_once(bytes), -1, 0);
    if (memory == MAP_FAILED)
        judge_fail(GRADER_ERROR, "The judge could not map %zu bytes: %s.", bytes,
                   strerror(errno));
    have_at_once(memory, bytes);
    return memory;
}

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

// Zeros, never to be given back: small ones are cut from one piece.
static void *zeros(size_t bytes)
{
    enum { PIECE = 128 << 10 };
    static unsigned char *piece;
    static size_t left;
    bytes = round_up(bytes, 64);
    if (bytes > PIECE / 2)
        return must_map(bytes);
    if (bytes > left) {
        piece = must_map(PIECE);
        left = PIECE;
    }
    piece += bytes;
    left -= bytes;
    return piece - bytes;
}

// ---- the files that both sides map ---------------------------------------------------

// A file without a name, open to write and, where wanted, once more to read only.
static int new_file(int *to_read)
{
    static const char *const places[] = {"/dev/shm", "/tmp", NULL};
    char path[64];
    for (size_t i = 0; places[i] != NULL; i++) {
        snprintf(path, sizeof path, "%s/judge-XXXXXX", places[i]);
        int file = mkstemp(path);
        if (file < 0)
            continue;
        if (to_read != NULL)
            *to_read = open(path, O_RDONLY);
        unlink(path);
        if (to_read == NULL || *to_read >= 0)
            return file;
        close(file);
    }
    judge_fail(GRADER_ERROR, "The judge cannot make a file in /dev/shm or /tmp: %s.",
               strerror(errno));
}

// One that only grows, where the system has such.
static int new_lasting_file(bool *can_be_cut)
{
    *can_be_cut = false;
#if defined(F_SEAL_SHRINK)
    const int file = memfd_create("outputs", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file >= 0 && fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK) == 0)
        return file;
    close(file);
#endif
    *can_be_cut = true;
    return new_file(NULL);
}

static uint64_t more_room(struct file *file, size_t bytes);

static void open_files(void)
{
    if (inputs.number >= 0)
        return;
    inputs.number = new_file(&inputs_to_read);
    outputs.number = new_lasting_file(&outputs.can_be_cut);
    more_room(&outputs, LEFT_BEHIND_BYTES);
}

// Room for `bytes` more at the end of a file, which is in truth some way off: where it
// begins. What is not written takes no room.
static uint64_t more_room(struct file *file, size_t bytes)
{
    const uint64_t offset = file->end;
    file->end += bytes;
    if (file->end <= file->bytes)
        return offset;
    file->bytes = file->end + (16 << 20);
    if (ftruncate(file->number, (off_t)file->bytes) != 0)
        judge_fail(GRADER_ERROR, "The judge cannot make room for %zu bytes: %s.", bytes,
                   strerror(errno));
    return offset;
}

static void write_at(const struct file *file, const void *bytes, size_t n,
                     uint64_t offset)
{
    const unsigned char *from = bytes;
    while (n > 0) {
        ssize_t done = pwrite(file->number, from, n, (off_t)offset);
        if (done <= 0)
            judge_fail(GRADER_ERROR, "The judge cannot write its arrays: %s.",
                       strerror(errno));
        from += done;
        offset += (uint64_t)done;
        n -= (size_t)done;
    }
}

// What is beyond the end, should the other side have cut the file, reads as 0xff.
static void read_at(void *bytes, size_t n, uint64_t offset)
{
    unsigned char *to = bytes;
    while (n > 0) {
        ssize_t done = pread(outputs.number, to, n, (off_t)offset);
        if (done <= 0)
            break;
        to += done;
        offset += (uint64_t)done;
        n -= (size_t)done;
    }
    memset(to, 0xff, n);
}

// ---- arrays --------------------------------------------------------------------------

enum { SLACK = 0xa5 };

void judge_placement(enum placement placement)
{
    placement_now = placement;
}

// A place that neither this process nor the caller uses for anything else.
static unsigned char *first_place(void)
{
    return (unsigned char *)(sizeof(void *) < 8 ? (uintptr_t)0x50000000u
                                                : (uintptr_t)0x200000000000u);
}

// What the caller will see too, or, of zeros, memory of the test's own. A test hardly ever
// looks at its inputs.
static void map_pages(const struct array *array)
{
    const bool is_own = array->is_sparse, is_written = is_own || array->is_output;
    const int file = array->is_output ? outputs.number : is_own ? -1 : inputs.number;
    int kind = is_own ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
    kind |= array->is_output ? at_once(array->page_bytes) : 0;
    void *at = mmap(array->pages, array->page_bytes,
                    is_written ? PROT_READ | PROT_WRITE : PROT_READ, kind | MAP_FIXED,
                    file, (off_t)array->offset);
    if (at != array->pages)
        judge_fail(GRADER_ERROR, "The judge could not map %zu bytes: %s.",
                   array->page_bytes, strerror(errno));
}

void fresh_case(void)
{
    if (is_held)
        judge_fail(GRADER_ERROR, "A test asks for a fresh case among calls together.");
    if (next_place != NULL)
        munmap(first_place(), (size_t)(next_place - first_place()));
    next_place = NULL;
    generation++;
    case_text[0] = '\0';
}

// Not mapped yet. Guard pages as wide as the array itself, so that a stride or an offset that is wrong
// still lands in them. Nothing is mapped there, here or in the caller.
static struct array *new_array(size_t bytes, bool is_output, bool is_sparse)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    open_files();
    if (judge_n_arrays == MAX_ARRAYS)
        judge_fail(GRADER_ERROR, "A test makes more than %d arrays.", MAX_ARRAYS);
    struct array *array = &judge_arrays[judge_n_arrays++];
    *array = (struct array){.bytes = bytes,
                            .kept = bytes,
                            .generation = generation,
                            .is_output = is_output,
                            .is_sparse = is_sparse,
                            .kind = BYTES};
    array->page_bytes = round_up(bytes > 0 ? bytes : 1, page);
    const size_t guard = round_up(array->page_bytes + (1 << 20), page);
    array->region = next_place != NULL ? next_place : first_place();
    array->region_bytes = array->page_bytes + 2 * guard;
    array->pages = array->region + guard;
    next_place = array->region + array->region_bytes;
    array->offset = is_output   ? more_room(&outputs, array->page_bytes)
                    : is_sparse ? 0
                                : more_room(&inputs, array->page_bytes);
    array->data = array->pages;
    if (placement_now == ENDS_AT_GUARD)
        array->data += array->page_bytes - bytes;
    return array;
}

// The poison of an array, over and over.
static void fill_poison(unsigned char *to, const struct array *array, size_t bytes)
{
    memcpy(to, array->poison, array->width);
    for (size_t there = array->width; there < bytes; there *= 2)
        memcpy(to + there, to, there < bytes - there ? there : bytes - there);
}

// All pages of an array to a place in a file, which takes less time than to write to the
// pages: between slack its values, or, where they are NULL, its poison.
static void write_pages(const struct file *file, const struct array *array,
                        const unsigned char *values, uint64_t offset)
{
    static unsigned char buffer[1 << 16]; // stays in a near cache
    const size_t begin = (size_t)(array->data - array->pages), end = begin + array->bytes;
    for (size_t at = 0, n; at < array->page_bytes; at += n) {
        n = array->page_bytes - at;
        n = n < sizeof buffer ? n : sizeof buffer;
        const size_t from = at > begin ? at : begin, to = at + n < end ? at + n : end;
        if (from >= to || from > at || to < at + n)
            memset(buffer, SLACK, n);
        if (from < to && values != NULL)
            memcpy(buffer + (from - at), values + (from - begin), to - from);
        else if (from < to)
            fill_poison(buffer + (from - at), array, to - from);
        write_at(file, buffer, n, offset + at);
    }
}

const void *bytes_in(const void *values, size_t bytes)
{
    struct array *array = new_array(bytes, false, false);
    write_pages(&inputs, array, values, array->offset);
    map_pages(array);
    return array->data;
}

void *bytes_inout(const void *values, size_t bytes)
{
    struct array *array = new_array(bytes, true, false);
    array->original = zeros(bytes);
    if (bytes > 0)
        memcpy(array->original, values, bytes);
    write_pages(&outputs, array, array->original, array->offset);
    map_pages(array);
    return array->data;
}

static void *poisoned(size_t n, const void *poison, size_t width)
{
    struct array *array = new_array(n * width, true, false);
    array->poison = poison;
    array->width = width;
    write_pages(&outputs, array, NULL, array->offset);
    map_pages(array);
    return array->data;
}

const float *floats_in(const float *values, size_t n)
{
    const float *array = bytes_in(values, n * sizeof *values);
    judge_arrays[judge_n_arrays - 1].kind = FLOATS;
    return array;
}

const double *doubles_in(const double *values, size_t n)
{
    return bytes_in(values, n * sizeof *values);
}

const uint32_t *ids_in(const uint32_t *values, size_t n)
{
    return bytes_in(values, n * sizeof *values);
}

float *sparse_floats_in(size_t n)
{
    const struct array *array = new_array(n * sizeof(float), false, true);
    map_pages(array);
    return (float *)array->data;
}

float *floats_out(size_t n)
{
    float *array = poisoned(n, &float_poison, sizeof float_poison);
    judge_arrays[judge_n_arrays - 1].kind = FLOATS;
    return array;
}

double *doubles_out(size_t n)
{
    return poisoned(n, &double_poison, sizeof double_poison);
}

uint32_t *ids_out(size_t n)
{
    return poisoned(n, &float_poison, sizeof float_poison);
}

float *floats_inout(const float *values, size_t n)
{
    float *array = bytes_inout(values, n * sizeof *values);
    judge_arrays[judge_n_arrays - 1].kind = FLOATS;
    return array;
}

double *doubles_inout(const double *values, size_t n)
{
    return bytes_inout(values, n * sizeof *values);
}

uint32_t *ids_inout(const uint32_t *values, size_t n)
{
    return bytes_inout(values, n * sizeof *values);
}

const struct array *judge_array_at(const void *address)
{
    const unsigned char *at = address;
    for (size_t i = judge_n_arrays; i-- > 0;) {
        const struct array *a = &judge_arrays[i];
        if (a->generation == generation && at >= a->data &&
            (at < a->data + a->bytes || at == a->data))
            return a;
    }
    return NULL;
}

static const struct array *must_be_array(const void *data)
{
    const struct array *array = judge_array_at(data);
    if (array == NULL)
        judge_fail(GRADER_ERROR,
                   "A test asks about an array that the judge did not make.");
    return array;
}

// Places in arrays of zeros that hold something else, in the order of their arrays.
static struct mapped_array written[MAX_WRITTEN];
static size_t n_written;

static void keep_written(const struct array *array, size_t from, size_t bytes)
{
    if (n_written == MAX_WRITTEN)
        judge_fail(GRADER_ERROR, "A test writes to more than %d places of zeros.",
                   MAX_WRITTEN);
    const uint64_t offset = more_room(&inputs, bytes);
    write_at(&inputs, array->pages + from, bytes, offset);
    written[n_written++] = (struct mapped_array){(uintptr_t)array->pages + from, bytes,
                                                 offset, WRITTEN, array->generation};
}

// The pages that the test has touched, and those alone, take memory: the system knows.
void judge_seal(const void *data)
{
    struct array *array = &judge_arrays[must_be_array(data) - judge_arrays];
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), n = array->page_bytes / page;
    unsigned char *touched = must_map(n);
    if (mincore(array->pages, array->page_bytes, (void *)touched) != 0)
        judge_fail(GRADER_ERROR, "The judge cannot tell what was written: %s.",
                   strerror(errno));
    for (size_t i = 0, end; i < n; i = end + 1) {
        end = i;
        while (end < n && (touched[end] & 1) != 0)
            end++;
        if (end > i)
            keep_written(array, i * page, (end - i) * page);
    }
    munmap(touched, n);
    mprotect(array->pages, array->page_bytes, PROT_READ);
}

void judge_room(const void *data, size_t kept)
{
    const struct array *array = must_be_array(data);
    if (kept > array->bytes)
        judge_fail(GRADER_ERROR, "A test keeps more of an array than there is.");
    judge_arrays[array - judge_arrays].kept = kept;
}

size_t judge_compared_bytes(const struct array *array)
{
    return array->kept == array->bytes
               ? array->page_bytes
               : (size_t)(array->data - array->pages) + array->kept;
}

bool is_untouched(const void *data)
{
    const struct array *a = must_be_array(data);
    if (a->bytes == 0 || a->poison == NULL)
        return a->bytes == 0 || memcmp(a->data, a->original, a->bytes) == 0;
    return memcmp(a->data, a->poison, a->width) == 0 &&
           memcmp(a->data, a->data + a->width, a->bytes - a->width) == 0;
}

double *judge_doubles(size_t n)
{
    return zeros((n + 1) * sizeof(double));
}

float *judge_floats(size_t n)
{
    return zeros((n + 1) * sizeof(float));
}

uint32_t *judge_ids(size_t n)
{
    return zeros((n + 1) * sizeof(uint32_t));
}

// ---- words about a call --------------------------------------------------------------

static const struct logged_call *last_call(void)
{
    return judge_n_calls > 0 ? &judge_log[judge_n_calls - 1] : NULL;
}

static const char *function_name(void)
{
    return last_call() != NULL ? last_call()->signature->function : "the function";
}

static const void *pointer_of(const struct logged_call *call, const struct parameter *p)
{
    const void *pointer;
    memcpy(&pointer, call->made.arguments + p->offset, sizeof pointer);
    return pointer;
}

const char *judge_name_of(const struct array *array)
{
    const struct logged_call *call = last_call();
    for (size_t i = 0; call != NULL && i < call->signature->n_parameters; i++) {
        const struct parameter *p = &call->signature->parameters[i];
        if (p->kind <= BYTES && judge_array_at(pointer_of(call, p)) == array)
            return p->name;
    }
    return "an array";
}

static size_t width_of(enum kind kind)
{
    static const size_t widths[] = {
        [FLOATS] = sizeof(float),
        [DOUBLES] = sizeof(double),
        [IDS] = sizeof(uint32_t),
        [SIZES] = sizeof(size_t),
        [WIDES] = sizeof(uint64_t),
        [BYTES] = 1,
        [A_FLOAT] = sizeof(float),
        [A_DOUBLE] = sizeof(double),
        [AN_ID] = sizeof(uint32_t),
        [A_SIZE] = sizeof(size_t),
        [A_WIDE] = sizeof(uint64_t),
        [A_BOOL] = sizeof(bool),
        [A_FUNCTION] = sizeof(void (*)(void)),
    };
    return widths[kind];
}

// Seven digits, or all if a number that is not whole would look like one.
static void show_double(char *text, size_t size, double value)
{
    snprintf(text, size, "%.7g", value);
    const double shown = strtod(text, NULL);
    if (isfinite(value) && shown != value && shown == floor(shown))
        snprintf(text, size, "%.17g", value);
}

// One element, or one value, of this kind.
static void print_element(char *text, size_t size, enum kind kind, const void *at)
{
    union {
        float f;
        double d;
        uint32_t id;
        size_t n;
        uint64_t wide;
        bool b;
    } value;
    memcpy(&value, at, width_of(kind));
    if (kind == FLOATS || kind == A_FLOAT)
        snprintf(text, size, "%.7g", (double)value.f);
    else if (kind == DOUBLES || kind == A_DOUBLE)
        show_double(text, size, value.d);
    else if (kind == IDS || kind == AN_ID)
        snprintf(text, size, "%lu", (unsigned long)value.id);
    else if (kind == A_BOOL)
        snprintf(text, size, "%s", value.b ? "true" : "false");
    else if (kind == SIZES || kind == A_SIZE)
        snprintf(text, size, "%zu", value.n);
    else
        snprintf(text, size, "%llu", (unsigned long long)value.wide);
}

// Where the part of an array that begins at `from` ends: where the next part begins that one of
// the calls made together with the last one is given, or at the end of the array. If one of
// them has a part that begins here too, it is not known whose is the longer.
static const unsigned char *end_of_part(const struct array *array,
                                        const unsigned char *from, bool *is_shared)
{
    const unsigned char *end = array->data + array->bytes;
    *is_shared = false;
    for (size_t k = first_made; k < end_of_made; k++) {
        const struct logged_call *call = &judge_log[k];
        if (k + 1 == judge_n_calls || call->made.generation != array->generation)
            continue;
        for (size_t i = 0; i < call->signature->n_parameters; i++) {
            const struct parameter *p = &call->signature->parameters[i];
            const unsigned char *other = p->kind <= BYTES ? pointer_of(call, p) : NULL;
            *is_shared = *is_shared || other == from;
            end = other > from && other < end ? other : end;
        }
    }
    return end;
}

// "ids 2 3 5 1", "wte 0.3 -0.2 ... (18)": what an array held before the call.
static size_t describe_array(char *text, size_t size, const struct parameter *p,
                             const struct array *array, const unsigned char *from)
{
    enum { SHOWN = 6 };
    bool is_shared;
    const size_t width = width_of(p->kind),
                 n = (size_t)(end_of_part(array, from, &is_shared) - from) / width;
    const unsigned char *values =
        array->is_output ? array->original + (from - array->data) : from;
    size_t used = (size_t)snprintf(text, size, "%s", p->name);
    for (size_t i = 0; i < n && i < SHOWN && used < size; i++) {
        char element[64];
        print_element(element, sizeof element, p->kind, values + i * width);
        used += (size_t)snprintf(text + used, size - used, " %s", element);
    }
    if (n > SHOWN && used < size)
        used +=
            (size_t)snprintf(text + used, size - used,
                             is_shared ? " ... (%zu for all calls)" : " ... (%zu)", n);
    return used;
}

// False if there is nothing to say of this argument: an output, or a number that is none.
static bool describe_argument(char *text, size_t size, const struct logged_call *call,
                              const struct parameter *p)
{
    if (p->kind == A_FUNCTION || p->kind == BYTES)
        return false;
    if (p->kind > BYTES) {
        char value[64];
        print_element(value, sizeof value, p->kind, call->made.arguments + p->offset);
        snprintf(text, size, "%s %s", p->name, value);
        return true;
    }
    const unsigned char *pointer = pointer_of(call, p);
    const struct array *array = judge_array_at(pointer);
    if (array == NULL || array->generation != call->made.generation)
        return false; // others lie there by now
    if (array->bytes == 0 || array->poison != NULL)
        return false;
    describe_array(text, size, p, array, pointer);
    return true;
}

// "Called one_hot(out, ids, n_tokens, vocab_size) with ids 2 0 3, n_tokens 3, vocab_size 5."
static void describe_call(char *text, size_t size)
{
    const struct logged_call *call = last_call();
    const struct signature *s = call->signature;
    size_t used = (size_t)snprintf(text, size, "Called %s(", s->function);
    for (size_t i = 0; i < s->n_parameters && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 s->parameters[i].name);
    const char *before = ") with ";
    for (size_t i = 0; i < s->n_parameters && used < size; i++) {
        char argument[256];
        if (!describe_argument(argument, sizeof argument, call, &s->parameters[i]))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s", before, argument);
        before = ", ";
    }
    if (used < size)
        snprintf(text + used, size - used, *before == ')' ? ")." : ".");
}

// ---- the caller ----------------------------------------------------------------------

static int callers = -1; // where a test asks for a caller of its own

// It holds no environment but what asks for the fallback, and no descriptor but where it is
// asked.
pid_t judge_start_callers(void)
{
    char without[] = "JUDGE_WITHOUT_SECCOMP=1", *none[] = {NULL},
         *fallback[] = {without, NULL}, *argv[] = {(char[]){"caller"}, NULL};
    int ends[2];
    pid_t process;
    posix_spawn_file_actions_t actions;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    const int high = fcntl(ends[1], F_DUPFD_CLOEXEC, 32);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, high, CALLER_SOCKET);
    for (int fd = CALLER_SOCKET + 1; fd < 32; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            posix_spawn_file_actions_addclose(&actions, fd);
    const int failed = posix_spawn(&process, suite_options.caller, &actions, NULL, argv,
                                   fence_level()[0] == 's' ? none : fallback);
    posix_spawn_file_actions_destroy(&actions);
    close(high);
    close(ends[1]);
    callers = ends[0];
    return failed == 0 ? process : -1;
}

// Hands descriptors over.
static bool give(int to, const int given[N_GIVEN])
{
    char byte = 0;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr head;
        unsigned char bytes[CMSG_SPACE(N_GIVEN * sizeof(int))];
    } control = {.bytes = {0}};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(N_GIVEN * sizeof(int));
    memcpy(CMSG_DATA(head), given, N_GIVEN * sizeof(int));
    return sendmsg(to, &message, 0) == 1;
}

// Where the caller for this object listens. It knows the path only where it must.
static int new_caller(const char *object_path)
{
    const bool is_fallback = fence_level()[0] != 's';
    char path[PATH_MAX] = "submission";
    int ends[2], object = open(object_path, O_RDONLY);
    if (is_fallback)
        snprintf(path, sizeof path, "%s", object_path);
    if (object < 0)
        judge_fail(GRADER_ERROR, "The judge cannot open %s: %s.", object_path,
                   strerror(errno));
    open_files();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
        !give(callers, (int[]){ends[1], object, inputs_to_read, outputs.number}) ||
        write(ends[0], path, sizeof path) != (ssize_t)sizeof path)
        judge_fail(GRADER_ERROR, "The judge cannot talk to a process: %s.",
                   strerror(errno));
    close(ends[1]);
    close(object);
    return ends[0];
}

// All parts as one, so that who reads is woken once.
static bool send_all(int to, struct iovec *parts, int n)
{
    while (n > 0) {
        ssize_t done = writev(to, parts, n);
        if (done <= 0 && errno != EINTR)
            return false;
        for (; n > 0 && done >= (ssize_t)parts->iov_len; parts++, n--)
            done -= (ssize_t)parts->iov_len;
        if (n > 0 && done > 0) {
            parts->iov_base = (unsigned char *)parts->iov_base + done;
            parts->iov_len -= (size_t)done;
        }
    }
    return true;
}

static bool receive_all(int from, void *bytes, size_t n)
{
    unsigned char *to = bytes;
    while (n > 0) {
        ssize_t done = read(from, to, n);
        if (done == 0 || (done < 0 && errno != EINTR))
            return false;
        to += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

// The submission's caller, or that of the wrong answers.
static int caller_of(bool wrong)
{
    static int sockets[2] = {-1, -1};
    if (sockets[wrong] < 0)
        sockets[wrong] =
            new_caller(wrong ? suite_options.wrong : suite_options.submission);
    return sockets[wrong];
}

bool judge_names_no_more(void)
{
    return wrong_seconds_used > NAMING_SECONDS;
}

static bool is_late(void)
{
    return suite_seconds_before > CHAPTER_CPU_SECONDS;
}

// A part of the processor time, with which the proof that it has an end is content.
static double part_of_time(void)
{
    const char *asked = getenv("JUDGE_PART_OF_TIME");
    const double part = asked != NULL ? atof(asked) : 1;
    return part > 0 && part < 1 ? part : 1;
}

// What a process that makes n calls may take. To find a name is worth less than to judge.
static double seconds_left(size_t n, bool wrong)
{
    const double part = part_of_time();
    const double all = is_late() ? late_seconds : part * TEST_CPU_SECONDS;
    const double left =
        wrong ? fmax(0.25, NAMING_SECONDS - wrong_seconds_used) : all - cpu_seconds_used;
    return fmax(0, fmin(left, part * CPU_SECONDS * (double)n));
}

static double wall_seconds(void)
{
    return is_late() && fence_level()[0] != 's' ? LATE_WALL_SECONDS : WALL_SECONDS;
}

static bool has_waited(const struct reply *reply)
{
    return reply->end.cause == ENDED_WALL_TIME && !reply->is_filtered;
}

// What a request speaks of, as it is put together.
static struct mapped_array mapped[MAX_ARRAYS + MAX_WRITTEN];
static size_t n_mapped;

static void map_one(const struct array *a, uint64_t offset, uint32_t as_generation)
{
    if (n_mapped == MAX_ARRAYS + MAX_WRITTEN)
        judge_fail(GRADER_ERROR, "A request speaks of too many arrays.");
    mapped[n_mapped++] = (struct mapped_array){(uintptr_t)a->pages, a->page_bytes, offset,
                                               a->is_output   ? OUTPUT
                                               : a->is_sparse ? ZEROS
                                                              : INPUT,
                                               as_generation};
    for (size_t i = 0; a->is_sparse && i < n_written; i++)
        if (written[i].generation == a->generation &&
            written[i].address - (uintptr_t)a->pages < a->page_bytes) {
            mapped[n_mapped] = written[i];
            mapped[n_mapped++].generation = as_generation;
        }
}

static size_t left_behind_by(size_t n_calls)
{
    return offsetof(struct left_behind, results) + n_calls * 16;
}

// Has n calls made in one process, with the arrays that are mapped.
static struct reply ask(const struct made_call *made, size_t n, bool wrong)
{
    struct request request = {.n_arrays = (uint32_t)n_mapped,
                              .n_calls = (uint32_t)n,
                              .memory_bytes = MEMORY_BYTES,
                              .cpu_seconds = seconds_left(n, wrong),
                              .wall_seconds = wall_seconds()};
    struct reply reply = {.was_fenced = 0};
    static const struct left_behind nothing = {.phase = BEFORE};
    const int caller = caller_of(wrong);
    struct iovec parts[] = {{&request, sizeof request},
                            {mapped, n_mapped * sizeof *mapped},
                            {(void *)(size_t)made, n * sizeof *made}};
    write_at(&outputs, &nothing, left_behind_by(n), 0);
    if (!send_all(caller, parts, 3) || !receive_all(caller, &reply, sizeof reply))
        judge_fail(GRADER_ERROR, "The judge lost the process that makes the calls.");
    *(wrong ? &wrong_seconds_used : &cpu_seconds_used) += reply.end.cpu_seconds;
    suite_row->outcome->seconds +=
        has_waited(&reply) ? request.wall_seconds + 1 : reply.end.cpu_seconds;
    return reply;
}

// Maps the arrays of calls first, first + 1, ..., where those of the outputs lie at
// `offsets`, one an array.
static void map_all(size_t first, const uint64_t *offsets)
{
    n_mapped = 0;
    for (size_t i = 0; i < judge_n_arrays; i++)
        if (judge_arrays[i].generation >= judge_log[first].made.generation)
            map_one(&judge_arrays[i], offsets[i], judge_arrays[i].generation);
}

// ---- how a call ended ----------------------------------------------------------------

static const struct array *array_near(const unsigned char *address)
{
    for (size_t i = judge_n_arrays; i-- > 0;)
        if (judge_arrays[i].generation == generation &&
            address >= judge_arrays[i].region &&
            address < judge_arrays[i].region + judge_arrays[i].region_bytes)
            return &judge_arrays[i];
    return NULL;
}

static void fail_near_array(const struct fence_report *report, const struct array *array,
                            const unsigned char *address)
{
    const char *did = report->fault_is_write == 1   ? "wrote"
                      : report->fault_is_write == 0 ? "read"
                                                    : "reached";
    const char *name = judge_name_of(array);
    if (address >= array->data && address < array->data + array->bytes)
        judge_fail(CRASH, "%s wrote to %s, which is const: inputs are only read.",
                   function_name(), name);
    bool before = address < array->data;
    size_t away = before ? (size_t)(array->data - address)
                         : (size_t)(address - array->data) - array->bytes;
    judge_fail(CRASH, "%s %s %s of %s: byte %zu %s its %zu bytes.", function_name(), did,
               before ? "before the start" : "past the end", name,
               before ? away : away + 1, before ? "before" : "after", array->bytes);
}

// What came to an end without an address, or went where there is no code.
static void fail_by_kind(const struct fence_report *report)
{
    const uintptr_t address = (uintptr_t)report->fault_address;
    if (report->fault_signal == SIGFPE)
        judge_fail(CRASH, "%s crashed: a whole number was divided by zero.",
                   function_name());
    if (report->fault_signal == SIGILL)
        judge_fail(CRASH,
                   "%s crashed: it came to an instruction that stops it, as compilers "
                   "put it where the program must never come.",
                   function_name());
    if (address == UINTPTR_MAX)
        judge_fail(
            CRASH,
            "%s crashed: it used an address that no memory has, or one that is not "
            "aligned: a pointer that was never set, a cast to a wider type, or an array "
            "of your own that was written past its end.",
            function_name());
    if (report->fault_is_call == 1 && address >= 4096)
        judge_fail(
            CRASH,
            "%s called an address that holds no code: a pointer to a function that "
            "was never set, or a function inside a function, which C does not have.",
            function_name());
}

static void fail_at_fault(const struct fence_report *report)
{
    const unsigned char *address = report->fault_address;
    const struct array *array = array_near(address);
    uintptr_t below_stack = (uintptr_t)report->stack_pointer - (uintptr_t)address;

    fail_by_kind(report);
    if (array != NULL)
        fail_near_array(report, array, address);
    if (report->fault_errno == ENOMEM && (uintptr_t)address < (1u << 30))
        judge_fail(OUT_OF_MEMORY,
                   "%s ran out of memory: it may use %d MB, and malloc gave NULL.",
                   function_name(), MEMORY_BYTES >> 20);
    if (report->stack_pointer != NULL && below_stack + (1 << 20) < (2u << 20))
        judge_fail(CRASH,
                   "%s ran out of stack: a recursion that does not end, a large local "
                   "array, or one that it wrote past.",
                   function_name());
    if ((uintptr_t)address < 4096)
        judge_fail(CRASH, "%s crashed: it used a NULL pointer.", function_name());
    judge_fail(CRASH, "%s crashed: it used an address that is in none of its arrays.",
               function_name());
}

static const char *in_phase(uint32_t phase)
{
    return phase == LOADING ? "Before any exercise was called, code of the file"
                            : function_name();
}

static void fail_at_signal(int number, uint32_t phase)
{
    if (number == SIGSYS) // its handler could not run: the signal was blocked
        judge_fail(CRASH,
                   "%s asked the system for something that an exercise does not need.",
                   in_phase(phase));
    if (number == SIGABRT)
        judge_fail(
            CRASH,
            "%s gave up: abort was called, by an assert that failed, or by free or "
            "realloc for an address that malloc never gave.",
            in_phase(phase));
    if (number == SIGXCPU || number == SIGKILL)
        judge_fail(CRASH, "%s was killed by the system.", function_name());
    judge_fail(CRASH, "%s crashed with signal %d (%s).", function_name(), number,
               strsignal(number));
}

static void fail_without_room(void)
{
    judge_fail(OUT_OF_MEMORY,
               "%s left no room for the arrays of its next call: it must free what it "
               "allocates.",
               function_name());
}

static void fail_at_exit(struct ending end, uint32_t phase, bool filtered)
{
    const char *stopped = filtered ? fence_stopped(end.status) : NULL;
    if (stopped != NULL)
        judge_fail(CRASH, "%s asked the system for %s: an exercise only computes.",
                   in_phase(phase), stopped);
    if (end.status == EXIT_SANITIZED)
        judge_fail(
            CRASH,
            "%s was stopped by a sanitizer: it used memory that is not its own, or "
            "did what C does not define, such as a sum too large for an int.",
            in_phase(phase));
    if (end.status == EXIT_NO_MAP && phase == RETURNED)
        fail_without_room();
    if (end.status == EXIT_NOT_LOADED && phase == LOADING)
        judge_fail(CRASH, "The file could not be loaded as a library.");
    if (end.status == EXIT_NO_FUNCTION && phase != CALLING)
        judge_fail(NOT_WRITTEN,
                   "The file has no function called %s: is its name spelt as in the "
                   "exercise?",
                   function_name());
    judge_fail(CRASH,
               "%s ended the process (was exit called?): a function returns to its "
               "caller.",
               in_phase(phase));
}

// What lies between an output and its guard page is not the submission's to write.
static void check_slack(void)
{
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *array = &judge_arrays[i];
        if (!array->is_output || array->generation != generation)
            continue;
        const unsigned char *end = array->data + array->bytes;
        for (const unsigned char *byte = array->pages; byte < array->data; byte++)
            if (*byte != SLACK)
                judge_fail(CRASH, "%s wrote before the start of %s: byte %zu before it.",
                           function_name(), judge_name_of(array),
                           (size_t)(array->data - byte));
        for (const unsigned char *byte = end; byte < array->pages + array->page_bytes;
             byte++)
            if (*byte != SLACK)
                judge_fail(CRASH,
                           "%s wrote past the end of %s: byte %zu after its %zu bytes.",
                           function_name(), judge_name_of(array),
                           (size_t)(byte - end) + 1, array->bytes);
    }
}

static void fail_slow(void)
{
    if (is_late())
        judge_fail(
            TIME_OUT,
            "The calls of this test have taken %g s of processor time, and those of "
            "the tests before it %d s: a right answer takes a few milliseconds.",
            late_seconds, CHAPTER_CPU_SECONDS);
    judge_fail(TIME_OUT,
               "The calls of this test have taken %g s of processor time together: a "
               "right answer takes a few milliseconds.",
               part_of_time() * TEST_CPU_SECONDS);
}

// A long wait without work speaks of the machine: behind the filter there is nothing to
// wait with.
static void fail_at_time(const struct reply *reply, uint32_t phase)
{
    if (reply->end.cause == ENDED_CPU_TIME &&
        reply->end.cpu_seconds < part_of_time() * CPU_SECONDS)
        fail_slow();
    if (reply->end.cause == ENDED_CPU_TIME)
        judge_fail(TIME_OUT,
                   "%s was still running after %g s of processor time: is there a "
                   "loop that does not end?",
                   in_phase(phase), part_of_time() * CPU_SECONDS);
    if (reply->is_filtered)
        judge_fail(GRADER_ERROR, "The machine stood still while %s ran.",
                   function_name());
    judge_fail(TIME_OUT, "%s was still running after %g s: does it wait for something?",
               in_phase(phase), wall_seconds());
}

// Does not return unless the process came back from all calls in good order.
static void look_at_ending(const struct reply *reply, const struct left_behind *left,
                           size_t n)
{
    const struct ending end = reply->end;
    if (!reply->was_fenced)
        judge_fail(GRADER_ERROR, "The judge could not put up its fence.");
    if (end.cause == ENDED_CPU_TIME || end.cause == ENDED_WALL_TIME)
        fail_at_time(reply, left->phase);
    if (end.cause == ENDED_EXIT && end.status == EXIT_FAULT &&
        left->report.fault_signal != 0)
        fail_at_fault(&left->report);
    if (end.cause == ENDED_SIGNAL)
        fail_at_signal(end.status, left->phase);
    if (end.cause == ENDED_EXIT &&
        (end.status != 0 || left->phase != RETURNED || left->n_returned != n))
        fail_at_exit(end, left->phase, reply->is_filtered);
    if (end.cause != ENDED_EXIT)
        judge_fail(GRADER_ERROR, "The judge lost the process that ran %s.",
                   function_name());
}

// ---- the call ------------------------------------------------------------------------

static bool came_back(const struct reply *reply, const struct left_behind *left, size_t n)
{
    return reply->was_fenced && reply->end.cause == ENDED_EXIT &&
           reply->end.status == 0 && left->phase == RETURNED && left->n_returned == n;
}

// What lay beyond the end, should the process have cut the file, is 0xff.
static void mend_cut(void)
{
    struct stat now;
    if (!outputs.can_be_cut || fstat(outputs.number, &now) != 0 ||
        (uint64_t)now.st_size >= outputs.bytes)
        return;
    const uint64_t left = (uint64_t)now.st_size;
    if (ftruncate(outputs.number, (off_t)outputs.bytes) != 0)
        judge_fail(GRADER_ERROR, "The judge lost its arrays: %s.", strerror(errno));
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        if (a->is_output && a->generation == generation)
            for (size_t at = 0; at < a->page_bytes; at++)
                if (a->offset + at >= left)
                    a->pages[at] = 0xff;
    }
}

static void own_offsets(uint64_t *offsets)
{
    for (size_t i = 0; i < judge_n_arrays; i++)
        offsets[i] = judge_arrays[i].offset;
}

static struct reply ask_for(size_t first, size_t n)
{
    static uint64_t offsets[MAX_ARRAYS];
    static struct made_call made[MAX_CALLS];
    own_offsets(offsets);
    for (size_t i = 0; i < n; i++)
        made[i] = judge_log[first + i].made;
    map_all(first, offsets);
    return ask(made, n, false);
}

// A machine that stands still once may do so by chance: then once more, from the first call
// with these arrays on, which are as they began.
static struct reply ask_once_more(size_t *first)
{
    while (*first > 0 && judge_log[*first - 1].made.generation == generation)
        --*first;
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        if (a->is_output && a->generation == generation)
            write_pages(&outputs, a, a->original, a->offset);
    }
    return ask_for(*first, judge_n_calls - *first);
}

static void copy_result(unsigned char *to, const volatile unsigned char *from)
{
    for (size_t i = 0; i < sizeof judge_log->result; i++)
        to[i] = from[i];
}

// A function that comes to its end without return gives what its last step left in a
// register, which is hardly ever 0 or 1: nobody may take that for true.
static void check_bools(size_t first)
{
    for (size_t i = first; i < judge_n_calls; i++) {
        const struct logged_call *call = &judge_log[i];
        if (call->signature->result.kind != A_BOOL || call->result[0] <= 1)
            continue;
        judge_n_calls = i + 1;
        judge_fail(WRONG,
                   "%s returned neither true nor false: does it come to its end without "
                   "return, or return a bool that was never set?",
                   function_name());
    }
}

static void make_calls(const size_t asked)
{
    static struct left_behind left;
    size_t first = asked;
    const uint64_t question = suite_options.record != NULL ? heart_question(asked) : 0;
    if (suite_options.by_heart != NULL) {
        heart_answer(asked);
        return;
    }
    first_made = asked;
    end_of_made = judge_n_calls;
    struct reply reply = ask_for(asked, judge_n_calls - asked);
    if (reply.end.cause == ENDED_WALL_TIME && reply.is_filtered)
        reply = ask_once_more(&first);
    const size_t n = judge_n_calls - first;
    read_at(&left, left_behind_by(n), 0);
    const size_t returned_from = left.n_returned < n ? left.n_returned : n;
    if (!came_back(&reply, &left, n) && returned_from + 1 < n)
        judge_n_calls = first + returned_from + 1; // words are about the call that failed
    look_at_ending(&reply, &left, n);
    mend_cut();
    check_slack();
    for (size_t i = 0; i < n; i++)
        copy_result(judge_log[first + i].result, left.results[i]);
    check_bools(first);
    if (suite_options.record != NULL)
        heart_record(asked, question);
}

void together(void)
{
    is_held = true;
    first_held = judge_n_calls;
}

void together_now(void)
{
    is_held = false;
    if (judge_n_calls > first_held)
        make_calls(first_held);
}

// As a number, of any kind.
static double result_of(const struct logged_call *call)
{
    float narrow;
    double wide;
    size_t count;
    switch (call->signature->result.kind) {
    case A_BOOL:
        return call->result[0] != 0;
    case A_FLOAT:
        memcpy(&narrow, call->result, sizeof narrow);
        return (double)narrow;
    case A_DOUBLE:
        memcpy(&wide, call->result, sizeof wide);
        return wide;
    default:
        memcpy(&count, call->result, sizeof count);
        return (double)count;
    }
}

double returned(size_t k)
{
    if (first_held + k >= judge_n_calls)
        judge_fail(GRADER_ERROR, "A test asks for a call that it did not make.");
    return result_of(&judge_log[first_held + k]);
}

// The index of a function that the test hands over takes its place on the way.
static void number_functions(const struct signature *signature, unsigned char *arguments)
{
    for (size_t i = 0; i < signature->n_parameters; i++) {
        const struct parameter *p = &signature->parameters[i];
        uintptr_t index = 0;
        void (*given)(void);
        if (p->kind != A_FUNCTION)
            continue;
        memcpy(&given, arguments + p->offset, sizeof given);
        while (judge_callbacks[index] != NULL && judge_callbacks[index] != given)
            index++;
        if (judge_callbacks[index] == NULL)
            judge_fail(GRADER_ERROR, "%s is handed a function that is not in CALLBACKS.",
                       signature->function);
        memcpy(arguments + p->offset, &index, sizeof index);
    }
}

// Which of the answers that a submission lists is judged, if that was asked for.
static const char *symbol_of(const char *function)
{
    const char *answer = suite_options.answer;
    return answer != NULL && strcmp(function, suite_row->function) == 0 ? answer
                                                                        : function;
}

// Of the answers to all calls that the seed could make of this one: the logarithm of their bytes.
static double room_to_learn(void)
{
    size_t bytes = sizeof(float);
    for (size_t i = 0; i < judge_n_arrays; i++)
        if (judge_arrays[i].is_output && judge_arrays[i].generation == generation)
            bytes += judge_arrays[i].kept;
    return judge_bits_drawn() + log2((double)bytes);
}

void judge_call(const struct signature *signature, void *arguments)
{
    if (judge_n_calls == MAX_CALLS || signature->bytes > ARGUMENT_BYTES)
        judge_fail(GRADER_ERROR, "A test makes more than %d calls.", MAX_CALLS);
    struct logged_call *call = &judge_log[judge_n_calls++];
    *call = (struct logged_call){.signature = signature};
    call->to_learn = room_to_learn();
    call->made.function = signature->number;
    call->made.generation = generation;
    memcpy(call->made.arguments, arguments, signature->bytes);
    number_functions(signature, call->made.arguments);
    snprintf(call->made.symbol, sizeof call->made.symbol, "%s",
             symbol_of(signature->function));
    memset((unsigned char *)arguments + signature->result.offset, 0,
           signature->bytes - signature->result.offset);
    if (is_held)
        return;
    make_calls(judge_n_calls - 1);
    size_t bytes = signature->bytes - signature->result.offset;
    memcpy((unsigned char *)arguments + signature->result.offset, call->result,
           bytes < sizeof call->result ? bytes : sizeof call->result);
}

// ---- the same calls again ------------------------------------------------------------

// Makes room for the outputs of the calls from `first` on, as they began.
static void begin_again(size_t first, uint64_t *offsets)
{
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        offsets[i] = a->offset;
        if (!a->is_output || a->generation < judge_log[first].made.generation)
            continue;
        offsets[i] = more_room(&outputs, a->page_bytes);
        write_pages(&outputs, a, a->original, offsets[i]);
    }
}

bool judge_again(size_t first, const char *function, const char *answer,
                 struct again *again)
{
    static struct left_behind left;
    static struct made_call made[MAX_CALLS];
    const size_t n = judge_n_calls - first;
    again->n_returned = 0;
    begin_again(first, again->offsets);
    for (size_t i = 0; i < n; i++) {
        made[i] = judge_log[first + i].made;
        if (answer != NULL &&
            strcmp(judge_log[first + i].signature->function, function) == 0)
            snprintf(made[i].symbol, sizeof made[i].symbol, "%s", answer);
    }
    map_all(first, again->offsets);
    again->reply = ask(made, n, answer != NULL);
    read_at(&left, left_behind_by(n), 0);
    again->n_returned = left.n_returned < n ? left.n_returned : n;
    for (size_t i = 0; i < n; i++)
        copy_result(again->results[i], left.results[i]);
    return came_back(&again->reply, &left, n);
}

// ---- many answers, one after the other in one process --------------------------------

static uint64_t tried_offsets[MOST_TRIED][MAX_ARRAYS];
static struct left_behind tried_left;
static size_t n_tried_calls;

size_t judge_try(size_t first, const char *function, const char *const *answers, size_t n)
{
    static struct made_call made[MAX_CALLS];
    n_tried_calls = judge_n_calls - first;
    n_mapped = 0;
    for (size_t k = 0; k < n; k++) {
        begin_again(first, tried_offsets[k]);
        for (size_t i = 0; i < judge_n_arrays; i++)
            if (judge_arrays[i].generation == judge_log[first].made.generation)
                map_one(&judge_arrays[i], tried_offsets[k][i], (uint32_t)k);
        for (size_t i = 0; i < n_tried_calls; i++) {
            struct made_call *call = &made[k * n_tried_calls + i];
            *call = judge_log[first + i].made;
            call->generation = (uint32_t)k;
            if (strcmp(judge_log[first + i].signature->function, function) == 0)
                snprintf(call->symbol, sizeof call->symbol, "%s", answers[k]);
        }
    }
    ask(made, n * n_tried_calls, true);
    read_at(&tried_left, left_behind_by(n * n_tried_calls), 0);
    const size_t came_back = tried_left.n_returned / n_tried_calls;
    return came_back < n ? came_back : n;
}

void judge_tried(size_t k, struct again *again)
{
    again->n_returned = n_tried_calls;
    memcpy(again->offsets, tried_offsets[k], sizeof again->offsets);
    for (size_t i = 0; i < n_tried_calls; i++)
        copy_result(again->results[i], tried_left.results[k * n_tried_calls + i]);
}

size_t judge_most_tried(size_t first)
{
    size_t n = 0, most = MOST_TRIED;
    for (size_t i = 0; i < judge_n_arrays; i++)
        n += judge_arrays[i].generation == judge_log[first].made.generation;
    most = n > 0 && MAX_ARRAYS / n < most ? MAX_ARRAYS / n : most;
    const size_t calls = judge_n_calls - first;
    most = MAX_CALLS / calls < most ? MAX_CALLS / calls : most;
    return most > 0 ? most : 1;
}

void judge_read_output(const struct array *array, unsigned char *pages)
{
    read_at(pages, array->page_bytes, array->offset);
}

unsigned char *judge_output_again(struct again *again, size_t i)
{
    const struct array *a = &judge_arrays[i];
    if (again->outputs[i] == NULL && again->offsets[i] != a->offset) {
        again->outputs[i] = malloc(a->page_bytes);
        if (again->outputs[i] == NULL)
            judge_fail(GRADER_ERROR, "There is no memory for an output.");
        read_at(again->outputs[i], a->page_bytes, again->offsets[i]);
    }
    return again->outputs[i];
}

void judge_forget(struct again *again)
{
    for (size_t i = 0; i < judge_n_arrays; i++)
        free(again->outputs[i]);
    memset(again->outputs, 0, sizeof again->outputs);
}

// What a machine did not do in time once is no verdict on anybody.
static void fail_again(const struct again *again, size_t first)
{
    if (again->reply.end.cause == ENDED_WALL_TIME && again->reply.is_filtered)
        judge_fail(GRADER_ERROR, "The machine stood still.");
    if (cpu_seconds_used - again->reply.end.cpu_seconds > part_of_time() * CPU_SECONDS ||
        (is_late() && again->reply.end.cause == ENDED_CPU_TIME))
        fail_slow();
    if (again->reply.end.cause == ENDED_EXIT && again->reply.end.status == EXIT_NO_MAP)
        fail_without_room();
    if (first + again->n_returned < judge_n_calls)
        judge_n_calls = first + again->n_returned + 1;
    if (again->reply.end.cause == ENDED_EXIT && again->reply.is_filtered &&
        fence_stopped(again->reply.end.status) != NULL)
        fail_at_exit(again->reply.end, CALLING, true);
    judge_fail(again->reply.end.cause == ENDED_CPU_TIME ? TIME_OUT : CRASH,
               "%s came back from this call when it was the first one of a program, and "
               "did not when the program had called it before: it keeps something from "
               "call to call (a static or global variable?), and must not.",
               function_name());
}

static void fail_at_difference(size_t call)
{
    judge_n_calls = call + 1;
    judge_fail(WRONG,
               "%s gave another answer to this very call when the program had called it "
               "before: it keeps something from call to call (a static or global "
               "variable?), or uses memory that it never set.",
               function_name());
}

// The last call of the generation that an array belongs to.
static size_t last_call_of(uint32_t of_generation)
{
    size_t call = judge_n_calls - 1;
    while (call > 0 && judge_log[call].made.generation != of_generation)
        call--;
    return call;
}

// What an output was, and what it is again.
static bool is_same_again(const struct array *array, uint64_t again)
{
    static unsigned char before[1 << 16], now[sizeof before];
    const size_t all = judge_compared_bytes(array);
    for (size_t at = 0, n; at < all; at += n) {
        n = all - at < sizeof now ? all - at : sizeof now;
        read_at(before, n, array->offset + at);
        read_at(now, n, again + at);
        if (memcmp(before, now, n) != 0)
            return false;
    }
    return true;
}

// All calls of the test, one after the other in one process, give what they gave alone.
static void expect_no_memory(void)
{
    static struct again again;
    if (judge_n_calls < 2)
        return;
    if (!judge_again(0, NULL, NULL, &again))
        fail_again(&again, 0);
    for (size_t i = 0; i < judge_n_calls; i++)
        if (memcmp(again.results[i], judge_log[i].result, 16) != 0)
            fail_at_difference(i);
    for (size_t i = 0; i < judge_n_arrays; i++) {
        const struct array *a = &judge_arrays[i];
        if (again.offsets[i] != a->offset && !is_same_again(a, again.offsets[i]))
            fail_at_difference(last_call_of(a->generation));
    }
}

void judge_relies_on(bool holds)
{
    if (!holds)
        judge_fail(GRADER_ERROR, "The reference of this test is not right.");
}

void judge_checked(void)
{
    something_was_checked = true;
}

// A submission has room for a table of 2^20 bytes: answers to all that the seed may make of a
// call have none there. (To know what is refused, no table is needed: the others are.)
static void refuse_learnable(void)
{
    double most = 0;
    for (size_t i = 0; i < judge_n_calls; i++) {
        const enum kind kind = judge_log[i].signature->result.kind;
        const double result = result_of(&judge_log[i]);
        if (kind == A_BOOL ? result != 0 : !isnan(result))
            most = fmax(most, judge_log[i].to_learn);
    }
    if (most < 20)
        judge_fail(
            GRADER_ERROR,
            "All answers to a call of this test, whatever the seed, are no more than "
            "2^%.0f bytes: they can be learnt by heart.",
            most);
}

void judge_passed(void)
{
    if (!something_was_checked)
        judge_fail(GRADER_ERROR, "This test has checked nothing.");
    if (suite_options.record != NULL)
        refuse_learnable();
    if (suite_options.by_heart == NULL)
        expect_no_memory();
    suite_row->outcome->verdict = PASS;
    suite_row->outcome->message[0] = '\0';
    _exit(0);
}
