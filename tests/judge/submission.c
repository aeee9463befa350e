// See submission.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "submission.h"
#include "command.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_WORDS = 128, MAX_PATHS = 32, MB = 1 << 20 };

// ---- what the tools share -----------------------------------------------------------

const char *joined(char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, PATH_MAX, format, arguments);
    va_end(arguments);
    if (length >= PATH_MAX) {
        fprintf(stderr, "a path is too long: %s\n", path);
        exit(2);
    }
    return path;
}

const char *environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value != NULL && *value ? value : otherwise;
}

char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t n = 0, room = 0, got = 1;
    while (file != NULL && got > 0 && n < 64 * (size_t)MB) {
        if (room - n < 2) {
            room = room > 0 ? 2 * room : 16384;
            char *more = realloc(text, room);
            if (more == NULL)
                break;
            text = more;
        }
        n += got = fread(text + n, 1, room - n - 1, file);
    }
    if (text != NULL)
        text[n] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

char *next_line(char **text)
{
    char *line = *text;
    if (line == NULL || *line == '\0')
        return NULL;
    char *end = strchr(line, '\n');
    *text = end != NULL ? end + 1 : NULL;
    if (end != NULL)
        *end = '\0';
    return line;
}

void unescape(char *text)
{
    char *to = text;
    for (; *text; text++, to++)
        if (text[0] == '\\' && text[1] != '\0')
            *to = *++text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
        else
            *to = *text;
    *to = '\0';
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

void remove_folder(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

// ---- commands -----------------------------------------------------------------------

struct command {
    char *words[MAX_WORDS + 1];
    size_t n;
};

static void add_word(struct command *command, const char *word)
{
    if (command->n < MAX_WORDS)
        command->words[command->n++] = strdup(word);
}

// Appends the words of `text`, split at spaces.
static void add(struct command *command, const char *text)
{
    char *copy = strdup(text), *rest = NULL;
    for (char *word = strtok_r(copy, " \t\n", &rest); word != NULL;
         word = strtok_r(NULL, " \t\n", &rest))
        add_word(command, word);
    free(copy);
}

static void free_words(struct command *command)
{
    for (size_t i = 0; i < command->n; i++)
        free(command->words[i]);
}

const char *course_flags(void)
{
    return environment("COURSE_FLAGS", "-std=c11 -O2 -fno-math-errno -ffp-contract=off");
}

// ---- the fence around a compiler ----------------------------------------------------

// What a compiler needs of the machine. Nobody's home, no other submission, no solution.
static const char *const toolchain[] = {
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/opt",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/nix/store",
    "/Library",
    "/Applications",
    "/System",
    NULL,
};

static void list_paths(const char **list, const char *const *some,
                       const char *const *more)
{
    size_t n = 0;
    for (; some != NULL && *some != NULL && n < MAX_PATHS; some++)
        list[n++] = *some;
    for (; more != NULL && *more != NULL && n < MAX_PATHS; more++)
        list[n++] = *more;
    list[n] = NULL;
}

// Failures that are the machine's: what the compiler says of them is not about the file.
static bool blames_machine(const char *log)
{
    static const char *const signs[] = {
        "No space left on device", "Resource temporarily unavailable",
        "Input/output error",      "Too many open files",
        "cannot execute",          "Exec format error",
        "Stale file handle",
    };
    char *text = read_text(log);
    bool found = false;
    for (size_t i = 0; text != NULL && i < sizeof signs / sizeof *signs; i++)
        found = found || strstr(text, signs[i]) != NULL;
    free(text);
    return found;
}

// Runs a compiler in build->folder, where alone it may write. `also` may be read too.
static enum built run_compiler(const struct build *build, struct command *command,
                               const char *const *also)
{
    const char *readable[MAX_PATHS + 1], *const writable[] = {build->folder, "/dev/null",
                                                              NULL};
    char log[PATH_MAX];
    list_paths(readable, toolchain, also);
    setenv("TMPDIR", build->folder, 1);
    const struct sandbox sandbox = {
        .cpu_seconds = build->cpu_seconds,
        .wall_seconds = 30 + 15 * build->cpu_seconds,
        .memory_bytes = (size_t)1024 * MB,
        .file_bytes = 32 * MB,
        .readable = readable,
        .writable = writable,
        .folder = build->folder,
        .output = joined(log, "%s/build.log", build->folder),
        .own_spaces = build->own_spaces,
    };
    struct ending end = sandbox_run(&sandbox, command->words);
    free_words(command);
    if (end.cause == ENDED_EXIT && end.status == 0)
        return BUILT;
    bool ours = end.cause == ENDED_UNKNOWN || end.cause == ENDED_WALL_TIME ||
                (end.cause == ENDED_EXIT && end.status == 127) || blames_machine(log);
    return ours ? NOT_TRIED : NOT_BUILT;
}

bool submission_copy(const char *from, const char *to)
{
    struct stat status;
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool good = in >= 0 && fstat(in, &status) == 0 && S_ISREG(status.st_mode) &&
                status.st_size < SUBMISSION_BYTES;
    char *text = malloc(SUBMISSION_BYTES);
    ssize_t n = good && text != NULL ? read(in, text, SUBMISSION_BYTES) : -1;
    int out = n >= 0 ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
    good = out >= 0 && write(out, text, (size_t)n) == n;
    free(text);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return good;
}

// A file of the system, by the path that the compiler gives.
static bool is_systems(const char *path)
{
    bool below = false;
    for (size_t i = 0; toolchain[i] != NULL; i++) {
        size_t n = strlen(toolchain[i]);
        below = below || (strncmp(path, toolchain[i], n) == 0 && path[n] == '/');
    }
    return below && strstr(path, "/../") == NULL;
}

// Where files cannot be fenced: looks through NAME.d, which says what the compiler has
// read.
static bool read_only_headers(const struct build *build)
{
    char path[PATH_MAX], own[PATH_MAX], header[PATH_MAX];
    char *text = read_text(joined(path, "%s/%s.d", build->folder, build->name)),
         *rest = NULL;
    bool good = text != NULL;
    joined(own, "%s.c", build->name);
    joined(header, "%s.h", build->chapter);
    for (char *word = text != NULL ? strtok_r(text, " \\\n", &rest) : NULL; word != NULL;
         word = strtok_r(NULL, " \\\n", &rest))
        if (word[strlen(word) - 1] != ':' && strcmp(word, own) != 0 &&
            strcmp(word, header) != 0 && !is_systems(word)) {
            FILE *log = fopen(joined(path, "%s/build.log", build->folder), "a");
            if (log != NULL) {
                fprintf(
                    log,
                    "%s: error: it includes %s; only the system's headers are allowed\n",
                    own, word);
                fclose(log);
            }
            good = false;
            break;
        }
    free(text);
    return good;
}

// The file may have a main of its own, which goes by another name here.
static enum built compile_with_main_as(const char *main, const struct build *build,
                                       bool has_header, bool fenced)
{
    char path[PATH_MAX];
    struct command command = {.n = 0};
    add(&command, environment("CC", "cc"));
    add(&command, build->flags);
    add(&command, "-w -fPIC -c");
    add_word(&command, joined(path, "-Dmain=%s", main));
    if (!fenced)
        add(&command, "-MD");
    add_word(&command, joined(path, "%s.c", build->name));
    add(&command, "-o");
    add_word(&command, joined(path, "%s.o", build->name));
    if (has_header) {
        add(&command, "-include");
        add_word(&command, joined(path, "%s.h", build->chapter));
    }
    return run_compiler(build, &command, NULL);
}

// What a compiler says of a `static` that does not fit where it stands.
static bool blames_static(const struct build *build)
{
    char path[PATH_MAX];
    char *log = read_text(joined(path, "%s/build.log", build->folder));
    bool found = log != NULL && (strstr(log, "static") || strstr(log, "storage class"));
    free(log);
    return found;
}

// A static main that nobody calls is left out, with all that only it needs: that compiles
// in a tenth of the time.
enum built submission_compile(const struct build *build, const char *source)
{
    char path[PATH_MAX];
    if (!submission_copy(source, joined(path, "%s/%s.c", build->folder, build->name)))
        return NOT_BUILT;
    char header[PATH_MAX];
    const bool fenced = sandbox_has_landlock() || build->own_spaces;
    const bool has_header =
        access(joined(header, "tests/%s.h", build->chapter), R_OK) == 0;
    joined(path, "%s/%s.h", build->folder, build->chapter);
    if (has_header && access(path, R_OK) != 0 && !submission_copy(header, path))
        return NOT_TRIED;
    enum built built =
        compile_with_main_as("static chapter_main", build, has_header, fenced);
    if (built == NOT_BUILT && blames_static(build))
        built = compile_with_main_as("chapter_main", build, has_header, fenced);
    return built == BUILT && !fenced && !read_only_headers(build) ? NOT_BUILT : built;
}

enum built submission_link(const struct build *build, const char *const *objects)
{
    char path[PATH_MAX];
    struct command command = {.n = 0};
    add(&command, environment("CC", "cc"));
    add(&command, build->flags);
    add(&command, environment("SHARED", "-fPIC -shared"));
    add(&command, "-w");
    add_word(&command, joined(path, "%s.o", build->name));
    for (size_t i = 0; objects != NULL && objects[i] != NULL; i++)
        add_word(&command, objects[i]);
    add(&command, "-o");
    add_word(&command, joined(path, "%s.so", build->name));
    add(&command, environment("LDFLAGS", ""));
    add(&command, "-lm");
    return run_compiler(build, &command, objects);
}

void submission_log(const char *folder, char *text, size_t size)
{
    enum { LINES = 30, COLUMNS = 200 };
    char path[PATH_MAX];
    char *log = read_text(joined(path, "%s/build.log", folder)), *rest = log, *line;
    size_t used = 0;
    text[0] = '\0';
    for (int n = 0; n < LINES && (line = next_line(&rest)) != NULL; n++) {
        int wrote = snprintf(text + used, size - used, "%.*s\n", COLUMNS, line);
        if (wrote < 0 || used + (size_t)wrote >= size)
            break;
        used += (size_t)wrote;
    }
    text[used] = '\0';
    free(log);
}

// ---- judging ------------------------------------------------------------------------

bool row_passes(const struct row *row)
{
    return strcmp(row->verdict, "pass") == 0;
}

// One line of a results file, which must be that of `row`.
static bool read_result(char *line, struct row *row)
{
    char *field[7];
    for (size_t i = 0; i < 7; i++) {
        field[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == 6))
            return false;
        if (tab != NULL)
            *tab = '\0', line = tab + 1;
    }
    unescape(field[6]);
    snprintf(row->verdict, sizeof row->verdict, "%s", field[5]);
    snprintf(row->message, sizeof row->message, "%s", field[6]);
    row->earned = atoi(field[4]);
    return strcmp(field[0], row->exercise) == 0 && strcmp(field[1], row->function) == 0 &&
           strcmp(field[2], row->test) == 0 && atoi(field[3]) == row->points &&
           row->earned == (row_passes(row) ? row->points : 0);
}

// Every row of the table of points in its place, and the line that says it is the end.
static bool read_results(const char *path, struct chapter *chapter)
{
    char *text = read_text(path), *rest = text, *line = NULL, end[32];
    size_t n = 0;
    while (n < chapter->n_rows && (line = next_line(&rest)) != NULL)
        if (!read_result(line, &chapter->rows[n++]))
            break;
    bool whole = n == chapter->n_rows && (line = next_line(&rest)) != NULL;
    snprintf(end, sizeof end, "end\t%zu", chapter->n_rows);
    whole = whole && strcmp(line, end) == 0 && rest != NULL && *rest == '\0';
    free(text);
    return whole;
}

static struct ending run_tests(const struct judging *judging, const char *results,
                               const char *log)
{
    char submission[PATH_MAX], to[PATH_MAX], only[128];
    const char *readable[MAX_PATHS + 1], *const points = judging->points;
    const char *const read_too[] = {judging->tests, points,
                                    judging->own_spaces ? NULL : "/proc", NULL};
    const char *const spaces[] = {judging->folder, "/dev/null", NULL};
    const char *const no_spaces[] = {judging->folder, "/dev/null", "/tmp", "/dev/shm",
                                     NULL};
    char *argv[] = {(char *)(size_t)judging->tests, submission, to,
                    judging->only != NULL ? only : NULL, NULL};
    joined(submission, "--submission=%s", judging->object);
    joined(to, "--results=%s", results);
    snprintf(only, sizeof only, "--only=%s", judging->only != NULL ? judging->only : "");
    struct sandbox sandbox = {.cpu_seconds = 60, .wall_seconds = 240, .output = log};
    if (judging->fenced) {
        list_paths(readable, toolchain, read_too);
        sandbox.readable = readable;
        sandbox.writable = judging->own_spaces ? spaces : no_spaces;
        sandbox.folder = judging->folder;
        sandbox.own_spaces = judging->own_spaces;
        sandbox.wall_seconds = 1200;
    }
    return sandbox_run(&sandbox, argv);
}

bool submission_judge(const struct judging *judging, struct chapter *chapter, char *why,
                      size_t size)
{
    char results[PATH_MAX], log[PATH_MAX];
    joined(results, "%s/results.tsv", judging->folder);
    joined(log, "%s/judge.log", judging->folder);
    remove(results);
    struct ending end = run_tests(judging, results, log);
    bool all = true, whole = read_results(results, chapter);
    for (size_t i = 0; i < chapter->n_rows; i++)
        all = all && row_passes(&chapter->rows[i]);
    if (end.cause == ENDED_EXIT && whole && end.status == !all)
        return true;
    char *said = read_text(log);
    snprintf(why, size, "the judge died or its results are not whole (%s %d):\n%.2000s",
             end.cause == ENDED_EXIT ? "exit" : "signal or time", end.status,
             said ? said : "");
    free(said);
    return false;
}
