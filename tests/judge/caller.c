// Makes the calls of one test, each in a process of its own: see protocol.h. Compiled once
// for each chapter, with its prototypes in front:
//     -DTHE_CALLER -include tests/NN_name.h -include judge/protocol.h -include calls/NN_name.h
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE MAP_FIXED
#endif

// Nothing here computes, but what is judged does: so the library stays linked.
double (*const volatile caller_needs_libm)(double) = sqrt;

enum { IN = FENCE_FIRST, OUT = FENCE_FIRST + 1 }; // behind the fence

// The request, for the process that is forked.
static struct request request;
static struct mapped_array arrays[MAX_ARRAYS + MAX_WRITTEN];
static struct made_call calls[MAX_CALLS];

static volatile bool is_fenced;

static bool read_whole(void *to, size_t bytes)
{
    unsigned char *at = to;
    while (bytes > 0) {
        ssize_t n = read(CALLER_SOCKET, at, bytes);
        if (n <= 0)
            return false;
        at += n;
        bytes -= (size_t)n;
    }
    return true;
}

static bool read_request(void)
{
    return read_whole(&request, sizeof request) &&
           request.n_arrays <= MAX_ARRAYS + MAX_WRITTEN && request.n_calls <= MAX_CALLS &&
           read_whole(arrays, request.n_arrays * sizeof *arrays) &&
           read_whole(calls, request.n_calls * sizeof *calls);
}

static size_t bytes_of(uint32_t generation)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < request.n_arrays; i++)
        if (arrays[i].generation == generation && arrays[i].kind != WRITTEN)
            bytes += (size_t)arrays[i].bytes;
    return bytes;
}

// The most that arrays take at a time, and the page of results.
static size_t room_for_arrays(void)
{
    size_t most = 0;
    for (uint32_t i = 0; i < request.n_arrays; i++) {
        const size_t bytes = bytes_of(arrays[i].generation);
        most = bytes > most ? bytes : most;
    }
    return most + LEFT_BEHIND_BYTES;
}

// To write to the pages of a large array one by one takes longer than to have them at once.
static int at_once(const struct mapped_array *array)
{
    const uint64_t least = 1 << 16, most = 64 << 20;
    const bool is_large = array->bytes >= least && array->bytes <= most;
    return array->kind == OUTPUT && is_large ? MAP_POPULATE : 0;
}

static bool map_generation(uint32_t generation, int in, int out)
{
    for (uint32_t i = 0; i < request.n_arrays; i++) {
        const struct mapped_array *a = &arrays[i];
        void *at = (void *)(uintptr_t)a->address;
        const int protection = a->kind == OUTPUT ? PROT_READ | PROT_WRITE : PROT_READ;
        const int what = a->kind == ZEROS ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
                         : a->kind == WRITTEN ? MAP_SHARED | MAP_FIXED
                                              : MAP_SHARED;
        const int file = a->kind == OUTPUT ? out : a->kind == ZEROS ? -1 : in;
        if (a->generation == generation &&
            mmap(at, (size_t)a->bytes, protection,
                 a->kind == WRITTEN ? what : what | at_once(a) | MAP_FIXED_NOREPLACE,
                 file, (off_t)a->offset) != at)
            return false;
    }
    return true;
}

// ---- behind the fence ---------------------------------------------------------------

static void load(void *volatile *object, const char *path, struct left_behind *left)
{
    left->phase = LOADING;
    *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (*object == NULL)
        fence_end(EXIT_NOT_LOADED);
    if (!fence_loaded())
        fence_end(EXIT_NOT_FENCED);
}

static void unmap_generation(uint32_t generation)
{
    for (uint32_t i = 0; i < request.n_arrays; i++)
        if (arrays[i].generation == generation)
            munmap((void *)(uintptr_t)arrays[i].address, (size_t)arrays[i].bytes);
}

static void make_call(void *object, uint32_t number, struct left_behind *left)
{
    struct made_call *call = &calls[number];
    const struct runs *prototype = &runs[call->function];
    void (*judged)(void) = NULL;
    *(void **)&judged = dlsym(object, call->symbol);
    if (judged == NULL)
        fence_end(EXIT_NO_FUNCTION);
    left->phase = CALLING;
    prototype->run(judged, call->arguments);
    size_t bytes = prototype->bytes - prototype->result_offset;
    memcpy((void *)(uintptr_t)left->results[number],
           call->arguments + prototype->result_offset,
           bytes < sizeof left->results[number] ? bytes : sizeof left->results[number]);
    left->phase = RETURNED;
    left->n_returned = number + 1;
}

static void make_calls(const char *path, int ready)
{
    const int files[] = {CALLER_INPUTS, CALLER_OUTPUTS};
    void *volatile object = NULL;
    struct left_behind *left = mmap(NULL, LEFT_BEHIND_BYTES, PROT_READ | PROT_WRITE,
                                    MAP_SHARED, CALLER_OUTPUTS, 0);
    if (left == MAP_FAILED || lseek(CALLER_OBJECT, 0, SEEK_SET) != 0 ||
        !map_generation(calls[0].generation, CALLER_INPUTS, CALLER_OUTPUTS) ||
        !fence_enter(CALLER_OBJECT, files, 2, ready, (size_t)request.memory_bytes,
                     room_for_arrays(), &left->report))
        fence_end(EXIT_NOT_FENCED);
    is_fenced = true;
    load(&object, fence_level()[0] == 's' ? "/submission" : path, left);
    for (uint32_t i = 0; i < request.n_calls; i++) {
        if (i > 0 && calls[i].generation != calls[i - 1].generation) {
            unmap_generation(calls[i - 1].generation);
            if (!map_generation(calls[i].generation, IN, OUT))
                fence_end(EXIT_NO_MAP);
        }
        make_call(object, i, left);
    }
    _exit(0);
}

// ---- outside it ---------------------------------------------------------------------

// `ready` is a pipe: a child that is fenced has written one byte to it.
static bool answer(const char *path, const int *ready)
{
    char byte;
    const pid_t child = fork();
    struct reply reply = {.is_filtered = fence_level()[0] == 's'};
    if (child < 0)
        return false;
    if (child == 0)
        make_calls(path, ready[1]);
    reply.end = wait_with_deadline(child, request.cpu_seconds, request.wall_seconds);
    reply.was_fenced = read(ready[0], &byte, 1) == 1;
    return write(CALLER_SOCKET, &reply, sizeof reply) == (ssize_t)sizeof reply;
}

// What a test gives who wants a caller: false if none will any more.
static bool receive(int given[N_GIVEN])
{
    char byte;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr head;
        unsigned char bytes[CMSG_SPACE(N_GIVEN * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(CALLER_SOCKET, &message, 0) != 1 || CMSG_FIRSTHDR(&message) == NULL)
        return false;
    memcpy(given, CMSG_DATA(CMSG_FIRSTHDR(&message)), N_GIVEN * sizeof(int));
    return true;
}

// What was given, and nothing else, gets the numbers that it has.
static bool take(const int given[N_GIVEN])
{
    int high[N_GIVEN];
    for (int i = 0; i < N_GIVEN; i++)
        if ((high[i] = fcntl(given[i], F_DUPFD, 16)) < 0)
            return false;
    for (int i = 0; i < N_GIVEN; i++)
        if (dup2(high[i], CALLER_SOCKET + i) < 0)
            return false;
    close_from(CALLER_SOCKET + N_GIVEN);
    return true;
}

// The path is used only where there is no seccomp filter.
static int serve(const int given[N_GIVEN])
{
    static char path[PATH_MAX];
    int ready[2];
    signal(SIGCHLD, SIG_DFL);
    if (!end_with_parent() || !take(given) || pipe(ready) != 0 ||
        fcntl(ready[0], F_SETFL, O_NONBLOCK) != 0 || !read_whole(path, sizeof path))
        return 2;
    while (read_request())
        if (!answer(path, ready))
            return 2;
    return 0;
}

// gcc's sanitizer opens files when it has something to say for the first time: that is here,
// where nobody hears it.
static void settle_sanitizer(void)
{
#if defined(__SANITIZE_ADDRESS__)
    volatile int most = INT_MAX;
    const int says = dup(STDERR_FILENO);
    close(STDERR_FILENO);
    most += 1;
    dup2(says, STDERR_FILENO);
    close(says);
#endif
}

int main(void)
{
    int given[N_GIVEN];
    settle_sanitizer();
    if (!fence_prepare())
        return 2;
    signal(SIGCHLD, SIG_IGN);
    while (receive(given)) {
        const pid_t process = fork();
        if (process == 0)
            _exit(serve(given));
        for (int i = 0; i < N_GIVEN; i++)
            close(given[i]);
    }
    return 0;
}

// Read by the address sanitizer where it is built in: no leak checker behind the fence, and
// malloc gives NULL at the limit, as it does without a sanitizer.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:allocator_may_return_null=1:handle_abort=0";
}

// Called by the sanitizers before they open files to say what they have found.
void __asan_on_error(void);
void __asan_on_error(void)
{
    fence_end(EXIT_SANITIZED);
}

void __ubsan_on_report(void);
void __ubsan_on_report(void)
{
    if (is_fenced)
        fence_end(EXIT_SANITIZED);
}
