// See submission.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "submission.h"
#include "command.h"
#include "instructor/clean.h"

#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_WORDS = 128, MAX_PATHS = 64, MB = 1 << 20 };

// ---- what the tools share -----------------------------------------------------------

const char *joined(char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, PATH_MAX, format, arguments);
    va_end(arguments);
    if (length >= PATH_MAX) {
        clean_text(path);
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

static char *read_open(FILE *file)
{
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

char *read_text(const char *path)
{
    return read_open(fopen(path, "rb"));
}

static bool is_ordinary(int file)
{
    struct stat status;
    return file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

char *read_left(const char *path)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (is_ordinary(file))
        return read_open(fdopen(file, "rb"));
    if (file >= 0)
        close(file);
    return NULL;
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

void clean_lines(char *text)
{
    for (char *to = text; *text; text = to) {
        size_t n = strcspn(text, "\n");
        const bool last = text[n] == '\0';
        text[n] = '\0';
        for (char *c = text; *c; c++)
            *c = *c == '\t' ? ' ' : *c;
        char *next = text + n + !last;
        clean_text(text);
        to = text + strlen(text);
        if (!last) {
            *to++ = '\n';
            if (to != next)
                memmove(to, next, strlen(next) + 1);
        }
    }
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

// ---- the table of points ------------------------------------------------------------

// "1.3", function, test, points: nothing else, and each of them fits.
static bool read_row(char *line, struct row *row)
{
    int after = 0, chapter, exercise;
    line[strcspn(line, "\r")] = '\0';
    *row = (struct row){.points = -1};
    return sscanf(line, "%15[0-9.]\t%63[A-Za-z0-9_]\t%63[A-Za-z0-9_]\t%6d%n",
                  row->exercise, row->function, row->test, &row->points, &after) == 4 &&
           line[after] == '\0' && row->points >= 0 &&
           sscanf(row->exercise, "%d.%d%n", &chapter, &exercise, &after) == 2 &&
           row->exercise[after] == '\0';
}

static bool is_listed(const struct row *rows, size_t n, const struct row *row)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].function, row->function) == 0 &&
            strcmp(rows[i].test, row->test) == 0)
            return true;
    return false;
}

// The rows of `text` below its first line. NULL, with `why`, at the first that is none.
static struct row *read_rows(char *text, size_t *n, char *why, size_t size)
{
    struct row *rows = NULL, row;
    int number = 1;
    for (char *line; (line = next_line(&text)) != NULL; number++) {
        if (number > 1 && (*line == '\0' || strcmp(line, "\r") == 0))
            continue;
        if (number == 1 ? strncmp(line, "exercise\tfunction\ttest\tpoints", 30) != 0
                        : !read_row(line, &row))
            snprintf(why, size, "line %d is not: exercise, function, test, points",
                     number);
        else if (number > 1 && is_listed(rows, *n, &row))
            snprintf(why, size, "line %d: %s/%s has a row already", number, row.function,
                     row.test);
        if (*why != '\0')
            break;
        struct row *more = realloc(rows, (*n + 1) * sizeof *rows);
        if (more == NULL) {
            snprintf(why, size, "there is no memory for it");
            break;
        }
        rows = more;
        if (number > 1)
            rows[(*n)++] = row;
    }
    if (*why == '\0' && *n > 0)
        return rows;
    free(rows);
    return NULL;
}

struct row *submission_points(const char *path, size_t *n, char *why, size_t size)
{
    char *text = read_text(path);
    *n = 0;
    *why = '\0';
    struct row *rows = text != NULL ? read_rows(text, n, why, size) : NULL;
    if (rows == NULL && *why == '\0')
        snprintf(why, size, "%s", text == NULL ? "it cannot be read" : "it has no rows");
    free(text);
    return rows;
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

// Appends the words of `text`, split at spaces: all of them, or those that are wanted.
static void add_wanted(struct command *command, const char *text,
                       bool (*is_wanted)(const char *word))
{
    char *copy = strdup(text), *rest = NULL;
    for (char *word = strtok_r(copy, " \t\n", &rest); word != NULL;
         word = strtok_r(NULL, " \t\n", &rest))
        if (is_wanted == NULL || is_wanted(word))
            add_word(command, word);
    free(copy);
}

static void add(struct command *command, const char *text)
{
    add_wanted(command, text, NULL);
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

// What a compiler needs of the machine: in each of these places, and in that of the
// compiler itself, the folders of programs, libraries and headers. Nobody's home, nothing
// else below /usr or /opt, no other submission, no solution.
static const char *const places[] = {"", "/usr", "/usr/local"};
static const char *const parts[] = {"bin",    "lib",     "lib32",  "lib64",
                                    "libx32", "libexec", "include"};
static const char *const others[] = {
    "/etc/ld.so.cache", "/etc/alternatives", "/nix/store",     "/gnu/store",
    "/Applications",    "/Library",          "/System/Library"};

static const char *toolchain[MAX_PATHS + 1]; // found once
static const char *compilers[MAX_PATHS + 1]; // the programs of $CC, where they really lie

static void add_path(const char **list, const char *path)
{
    size_t n = 0;
    while (list[n] != NULL)
        if (strcmp(list[n++], path) == 0)
            return;
    if (n < MAX_PATHS && access(path, F_OK) == 0)
        list[n] = strdup(path);
}

static void add_place(const char *place)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add_path(toolchain, joined(path, "%s/%s", place, parts[i]));
}

// A program of $CC that lies at `path`: itself, and, if that is PLACE/bin, its place.
static void add_program(const char *path)
{
    char real[PATH_MAX];
    if (access(path, X_OK) != 0 || realpath(path, real) == NULL)
        return;
    add_path(compilers, path);
    add_path(compilers, real);
    char *slash = strrchr(real, '/');
    *slash = '\0';
    slash = strrchr(real, '/');
    if (slash != NULL && strcmp(slash, "/bin") == 0) {
        *slash = '\0';
        add_place(real);
    }
}

// Calls `use` with each part of a list such as $PATH that is absolute.
static void each_folder(const char *list, const char *behind, void (*use)(const char *))
{
    char path[PATH_MAX];
    while (*list) {
        size_t n = strcspn(list, ":");
        if (*list == '/' && n + strlen(behind) + 2 < sizeof path)
            use(joined(path, "%.*s%s%s", (int)n, list, *behind ? "/" : "", behind));
        list += n + (list[n] == ':');
    }
}

static void add_library_folder(const char *path)
{
    add_path(toolchain, path);
}

static void find_toolchain(void)
{
    char *words, *rest = NULL;
    if (toolchain[0] != NULL || (words = strdup(environment("CC", "cc"))) == NULL)
        return;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        add_place(places[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_path(toolchain, others[i]);
    for (char *word = strtok_r(words, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest))
        if (*word == '/')
            add_program(word);
        else if (*word != '-' && strchr(word, '/') == NULL)
            each_folder(environment("PATH", ""), word, add_program);
    each_folder(environment("LD_LIBRARY_PATH", ""), "", add_library_folder);
    free(words);
}

static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

bool submission_lies_open(const char *folder)
{
    char real[PATH_MAX], shown[PATH_MAX];
    bool open = false;
    find_toolchain();
    if (realpath(folder, real) == NULL)
        return false;
    for (size_t i = 0; toolchain[i] != NULL; i++)
        open = open || (realpath(toolchain[i], shown) != NULL && is_below(real, shown));
    return open;
}

// All that a compiler finds in its environment: nothing of the instructor's.
static char *const *compiler_environment(void)
{
    static char path[PATH_MAX + 8], libraries[PATH_MAX + 24];
    static char *variables[6];
    size_t n = 0;
    snprintf(path, sizeof path, "PATH=%s", environment("PATH", "/usr/bin:/bin"));
    variables[n++] = path;
    variables[n++] = (char *)(size_t) "TMPDIR=.";
    variables[n++] = (char *)(size_t) "LC_ALL=C";
    variables[n++] = (char *)(size_t) "CCACHE_DISABLE=1";
    snprintf(libraries, sizeof libraries, "LD_LIBRARY_PATH=%s",
             environment("LD_LIBRARY_PATH", ""));
    if (getenv("LD_LIBRARY_PATH") != NULL) // some compilers are found by it
        variables[n++] = libraries;
    return variables;
}

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

// All compilers together have twice the time of one for a file, so that nobody takes nearly
// that in each of the many steps. What waits without working waits for no more than this.
enum { ALL_COMPILERS = 2, ASLEEP_SECONDS = 10 };
static double compiler_seconds; // of processor time, for the file that is built now

// Runs a compiler in build->folder, where alone it may write. `also` may be read too.
// NOT_TRIED only if it could not start or did not come to an end.
static enum built run_compiler(const struct build *build, struct command *command,
                               const char *const *also, const char *log)
{
    const char *given[MAX_PATHS + 1], *const writable[] = {build->folder, "/dev/null",
                                                           NULL};
    char path[PATH_MAX];
    const double left = ALL_COMPILERS * build->cpu_seconds - compiler_seconds;
    if (left <= 0) {
        free_words(command);
        return TOO_LONG;
    }
    find_toolchain();
    list_paths(given, compilers, also);
    const struct sandbox sandbox = {
        .cpu_seconds = fmin(build->cpu_seconds, left),
        .wall_seconds = 30 + 15 * build->cpu_seconds,
        .asleep_seconds = ASLEEP_SECONDS,
        .memory_bytes = (size_t)1024 * MB,
        .file_bytes = 32 * MB,
        .readable = toolchain,
        .hidden = build->hidden,
        .given = given,
        .writable = writable,
        .environment = compiler_environment(),
        .folder = build->folder,
        .output = joined(path, "%s/%s", build->folder, log),
        .own_spaces = build->own_spaces,
        .as_nobody = true,
    };
    struct ending end = sandbox_run(&sandbox, command->words);
    free_words(command);
    compiler_seconds += end.cpu_seconds;
    if (end.cause == ENDED_EXIT && end.status == 0)
        return BUILT;
    if (end.cause == ENDED_ASLEEP)
        return WAITS;
    if (end.cause == ENDED_UNKNOWN || end.cause == ENDED_WALL_TIME ||
        (end.cause == ENDED_EXIT && end.status == 127))
        return NOT_TRIED;
    return end.cause == ENDED_CPU_TIME || end.cpu_seconds >= sandbox.cpu_seconds
               ? TOO_LONG
               : NOT_BUILT;
}

bool submission_is_plain(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_size < SUBMISSION_BYTES;
}

// Whoever compiles may read it, whatever the umask: that may be nobody.
bool submission_copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool good = in >= 0 && submission_is_plain(from);
    char *text = malloc(SUBMISSION_BYTES);
    ssize_t n = good && text != NULL ? read(in, text, SUBMISSION_BYTES) : -1;
    int out = n >= 0 ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
    good = out >= 0 && fchmod(out, 0644) == 0 && write(out, text, (size_t)n) == n;
    free(text);
    if (in >= 0)
        close(in);
    if (out >= 0 && (close(out) != 0 || !good)) {
        remove(to);
        good = false;
    }
    return good;
}

// In the place of what a compiler may have left there, which could lead anywhere.
static int open_new(const char *path)
{
    unlink(path);
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

static bool write_new(const char *folder, const char *name, const char *text, size_t n)
{
    char path[PATH_MAX];
    int file = open_new(joined(path, "%s/%s", folder, name));
    bool good =
        file >= 0 && fchmod(file, 0644) == 0 && write(file, text, n) == (ssize_t)n;
    return file >= 0 && close(file) == 0 && good;
}

// A file of the system, by the path that the compiler gives.
static bool is_systems(const char *path)
{
    bool below = false;
    for (size_t i = 0; toolchain[i] != NULL; i++)
        below = below || is_below(path, toolchain[i]);
    return below && strstr(path, "/../") == NULL;
}

// Where files cannot be fenced: looks through NAME.d, which says what the compiler has
// read.
static bool read_only_headers(const struct build *build)
{
    char path[PATH_MAX], own[PATH_MAX], header[PATH_MAX];
    char *text = read_left(joined(path, "%s/%s.d", build->folder, build->name)),
         *rest = NULL;
    bool good = text != NULL;
    joined(own, "%s.c", build->name);
    joined(header, "%s.h", build->chapter);
    for (char *word = text != NULL ? strtok_r(text, " \\\n", &rest) : NULL; word != NULL;
         word = strtok_r(NULL, " \\\n", &rest))
        if (word[strlen(word) - 1] != ':' && strcmp(word, own) != 0 &&
            strcmp(word, header) != 0 && strcmp(word, "last_words.h") != 0 &&
            !is_systems(word)) {
            char why[2 * PATH_MAX];
            snprintf(why, sizeof why,
                     "%s: error: it includes %s; only the system's headers are allowed\n",
                     own, word);
            good = false;
            write_new(build->folder, "build.log", why, strlen(why));
            break;
        }
    free(text);
    return good;
}

static void add_formatted(struct command *command, const char *format, const char *text)
    __attribute__((format(printf, 2, 0)));
static void add_formatted(struct command *command, const char *format, const char *text)
{
    char word[PATH_MAX];
    add_word(command, joined(word, format, text));
}

// No time goes into warnings that nobody reads. (-Wl,: for the linker)
static bool asks_for_no_warning(const char *word)
{
    return strncmp(word, "-W", 2) != 0 || strncmp(word, "-Wno-", 5) == 0 ||
           (word[2] != '\0' && word[3] == ',');
}

static struct command start_command(const struct build *build, const char *flags)
{
    struct command command = {.n = 0};
    add(&command, environment("CC", "cc"));
    add_wanted(&command, build->flags, asks_for_no_warning);
    add(&command, flags);
    return command;
}

// No linker optimises: it would start more compilers, with options that a file can choose by
// the names of its sections.
static const char quiet[] = "-w -fno-lto";

// What comes back from a function that ends without return is what happens to lie in a
// register, which may be right by chance: such a file is not built so.
static const char strict[] = "-Werror=return-type -fno-lto";

// But that end may be one that nothing ever comes to: see last_words.h. (The Makefile does the
// same for a chapter, so that its reader is told what a class is.)
static const char lenient[] =
    "-O1 -w -fno-lto -finstrument-functions -include last_words.h";

// The file behind its chapter's header. It may have a main of its own, which goes by
// another name here.
static void add_source(struct command *command, const struct build *build,
                       const char *main)
{
    char path[PATH_MAX];
    add_formatted(command, "-Dmain=%s", main);
    add_formatted(command, "%s.c", build->name);
    if (access(joined(path, "%s/%s.h", build->folder, build->chapter), R_OK) == 0) {
        add(command, "-include");
        add_formatted(command, "%s.h", build->chapter);
    }
}

static enum built compile_with_main_as(const char *main, const struct build *build,
                                       const char *flags, const char *more)
{
    struct command command = start_command(build, "-fPIC -c");
    add(&command, flags);
    add(&command, more);
    add_source(&command, build, main);
    add(&command, "-o");
    add_formatted(&command, "%s.o", build->name);
    return run_compiler(build, &command, NULL, "build.log");
}

// Takes room on the disk. Where the system can keep it without one, not a byte is written.
static bool take_room(int file, size_t n)
{
#if defined(__linux__)
    return posix_fallocate(file, 0, (off_t)n) == 0;
#else
    char *room = calloc(n, 1);
    bool good = room != NULL && write(file, room, n) == (ssize_t)n;
    free(room);
    return good;
#endif
}

static bool has_room(const char *folder)
{
    char path[PATH_MAX];
    int file = open_new(joined(path, "%s/room", folder));
    bool good = file >= 0 && take_room(file, 8 * MB);
    if (file >= 0)
        close(file);
    remove(path);
    return good;
}

static struct command start_library(const struct build *build, const char *flags)
{
    struct command command = start_command(
        build, environment("SHARED", "-fPIC -shared -Wl,-Bsymbolic -Wl,-z,noexecstack"));
    add(&command, flags);
    add(&command, "-o");
    add_formatted(&command, "%s.so", build->name);
    return command;
}

static struct command link_command(const struct build *build, const char *flags)
{
    struct command command = start_library(build, quiet);
    add(&command, flags);
    add_formatted(&command, "%s.o", build->name);
    return command;
}

// FOLDER/NAME.so is a file, and no link to one that is ours.
static bool made_its_own(const struct build *build)
{
    char path[PATH_MAX];
    struct stat status;
    return lstat(joined(path, "%s/%s.so", build->folder, build->name), &status) == 0 &&
           S_ISREG(status.st_mode);
}

static enum built run_linker(const struct build *build, struct command *command,
                             const char *const *objects, const char *log)
{
    size_t n = strlen(build->folder);
    for (size_t i = 0; objects != NULL && objects[i] != NULL; i++)
        add_word(command,
                 is_below(objects[i], build->folder) ? objects[i] + n + 1 : objects[i]);
    add(command, environment("LDFLAGS", ""));
    add(command, "-lm");
    const enum built built = run_compiler(build, command, objects, log);
    return built == BUILT && !made_its_own(build) ? NOT_BUILT : built;
}

// Whether a file of ours, in which nothing can be wrong, is built in the same place with
// the same flags, and with time of its own: if not, no other can be blamed for that.
static bool machine_works(const struct build *build)
{
    static const char probe[] = "int probe(int x);\nint probe(int x) { return x + 1; }\n";
    struct build ours = *build;
    ours.name = "probe";
    compiler_seconds = 0;
    if (!has_room(build->folder) ||
        !write_new(build->folder, "probe.c", probe, strlen(probe)))
        return false;
    struct command command = start_library(&ours, quiet);
    add(&command, "probe.c");
    return run_linker(&ours, &command, NULL, "probe.log") == BUILT;
}

static enum built blame(const struct build *build, enum built built)
{
    const bool is_blamed = built == NOT_BUILT || built == WAITS;
    return !is_blamed || machine_works(build) ? built : NOT_TRIED;
}

// A static main that nobody calls is left out, with all that only it needs: that compiles
// in a tenth of the time. Some files use the name for more, and are compiled as they are.
static const char static_main[] = "static chapter_main";

// Whether each error in the log is a function that ends without return.
static bool lacks_only_returns(const struct build *build)
{
    char path[PATH_MAX], *log = read_left(joined(path, "%s/build.log", build->folder)),
                         *rest = log, *line;
    size_t n_errors = 0, n_returns = 0;
    while ((line = next_line(&rest)) != NULL)
        if (strstr(line, " error: ") != NULL) {
            n_errors++;
            n_returns += strstr(line, "return-type]") != NULL;
        }
    free(log);
    return n_errors > 0 && n_returns == n_errors;
}

// With last words.
static enum built compile_leniently(const char *main, const struct build *build,
                                    const char *flags)
{
    char *text = read_text("tests/judge/last_words.h");
    const bool good =
        text != NULL && write_new(build->folder, "last_words.h", text, strlen(text));
    free(text);
    return good ? compile_with_main_as(main, build, lenient, flags) : NOT_TRIED;
}

// Takes out the ends of lines that do not count, those behind a backslash.
static void splice_lines(char *text)
{
    char *to = text;
    for (; *text != '\0'; text++) {
        const size_t n = *text == '\\' ? 1 + strspn(text + 1, " \t\r\f\v") : 0;
        if (n > 0 && text[n] == '\n')
            text += n;
        else
            *to++ = *text;
    }
    *to = '\0';
}

// Whether the text is one of these words, or begins with it.
static bool begins_with_any(const char *text, const char *const *words, char end)
{
    for (; *words != NULL; words++) {
        const size_t n = strlen(*words);
        if (strncmp(text, *words, n) == 0 && (end == '\0' || text[n] == end))
            return true;
    }
    return false;
}

// #include <math.h>, and what else C has.
static bool includes_the_librarys(const char *text)
{
    static const char *const headers[] = {
        "assert.h",      "complex.h",  "ctype.h",  "errno.h",     "fenv.h",   "float.h",
        "inttypes.h",    "iso646.h",   "limits.h", "locale.h",    "math.h",   "setjmp.h",
        "signal.h",      "stdalign.h", "stdarg.h", "stdatomic.h", "stddef.h", "stdint.h",
        "stdbool.h",     "stdio.h",    "stdlib.h", "string.h",    "time.h",   "uchar.h",
        "stdnoreturn.h", "threads.h",  "wchar.h",  "wctype.h",    NULL};
    text += strspn(text, " \t");
    return *text == '<' && begins_with_any(text + 1, headers, '>');
}

// A line of the preprocessor that can make the compiler quiet: "# 1 ..." says that what
// follows is another file, and perhaps one of the system, as a header does, and "##" makes one
// word of two. In prose it begins a heading.
static bool has_quieting_line(const char *text)
{
    for (const char *at = text; (at = strchr(at, '#')) != NULL;) {
        const bool begins = at == text || at[-1] == '\n';
        at++;
        if (begins && *at == '#')
            at += strspn(at, "#");
        else if (*at == '#')
            return true;
        else {
            at += strspn(at, " \t\f\v\r");
            if ((*at >= '0' && *at <= '9') || *at == '/' ||
                strncmp(at, "import", 6) == 0 ||
                (strncmp(at, "include", 7) == 0 && !includes_the_librarys(at + 7)))
                return true;
        }
    }
    return false;
}

// Macros of the library make one word of two, too, or a text of a word. They have names that
// no program uses, unlike these.
static bool has_reserved_word(const char *text)
{
    static const char *const usual[] = {
        "__attribute", "__builtin_", "__asm",        "__restrict", "__inline",
        "__typeof",    "__func__",   "__FILE__",     "__LINE__",   "__VA_ARGS__",
        "__STDC",      "__GNUC",     "__clang",      "__AVX",      "__FMA",
        "__SSE",       "__wasm",     "__metadata__", NULL};
    for (const char *at = text; (at = strstr(at, "__")) != NULL; at += strspn(at, "_"))
        if ((at == text || !isalnum((unsigned char)at[-1])) &&
            !begins_with_any(at, usual, '\0'))
            return true;
    return false;
}

// Some compilers read that as the end of a line, and some do behind a backslash.
static bool has_lone_return(const char *text)
{
    while ((text = strchr(text, '\r')) != NULL && text[1] == '\n')
        text++;
    return text != NULL;
}

// A file can tell the compiler not to be strict with it: such a one is compiled leniently from
// the start. (Behind a byte of zero nobody reads but the compiler. ??= and %: are other ways
// to write #, and ??/ is one for a backslash.)
static bool can_be_strict(const struct build *build)
{
    char path[PATH_MAX];
    struct stat status;
    joined(path, "%s/%s.c", build->folder, build->name);
    char *text = read_left(path);
    bool good = text != NULL && lstat(path, &status) == 0 &&
                strlen(text) == (size_t)status.st_size;
    good = good && !has_lone_return(text);
    if (good) {
        splice_lines(text);
        good = strstr(text, "diagnostic") == NULL &&
               strstr(text, "system_header") == NULL && strstr(text, "_Pragma") == NULL &&
               strstr(text, "\?\?") == NULL && strstr(text, "%:") == NULL &&
               !has_quieting_line(text) && !has_reserved_word(text);
    }
    free(text);
    return good;
}

// As it is, or, where that is not strict, leniently. What is in error is not compiled a third
// time, and what is said of it holds no warning.
static enum built compile(const struct build *build, const char *flags)
{
    const char *main = static_main;
    if (!can_be_strict(build)) {
        const enum built built = compile_leniently(main, build, flags);
        return built == NOT_BUILT ? compile_leniently("chapter_main", build, flags)
                                  : built;
    }
    enum built built = compile_with_main_as(main, build, strict, flags);
    if (built == NOT_BUILT && !lacks_only_returns(build)) {
        main = "chapter_main";
        if ((built = compile_with_main_as(main, build, quiet, flags)) != BUILT)
            return built;
        built = compile_with_main_as(main, build, strict, flags);
    }
    return built == NOT_BUILT ? compile_leniently(main, build, flags) : built;
}

// The source and the chapter's header, in the folder.
static enum built lay_out(const struct build *build, const char *source)
{
    char path[PATH_MAX], header[PATH_MAX];
    compiler_seconds = 0;
    joined(path, "%s/%s.h", build->folder, build->chapter);
    if (access(joined(header, "tests/%s.h", build->chapter), R_OK) == 0 &&
        access(path, R_OK) != 0 && !submission_copy(header, path))
        return NOT_TRIED;
    if (submission_copy(source, joined(path, "%s/%s.c", build->folder, build->name)))
        return BUILT;
    return submission_is_plain(source) ? NOT_TRIED : NOT_BUILT;
}

static bool is_fenced(const struct build *build)
{
    return sandbox_has_landlock() || build->own_spaces;
}

static enum built compile_and_blame(const struct build *build)
{
    const bool fenced = is_fenced(build);
    enum built built = blame(build, compile(build, fenced ? "" : "-MD"));
    return built == BUILT && !fenced && !read_only_headers(build) ? NOT_BUILT : built;
}

enum built submission_compile(const struct build *build, const char *source)
{
    enum built built = lay_out(build, source);
    return built == BUILT ? compile_and_blame(build) : built;
}

// Elsewhere a symbol that is not there is found out when it is called.
static const char *whole_flags(const struct build *build)
{
#if defined(__linux__)
    if (strstr(build->flags, "-fsanitize=") == NULL)
        return "-Wl,-z,defs";
#endif
    (void)build;
    return "";
}

static enum built link_whole(const struct build *build)
{
    struct command command = link_command(build, whole_flags(build));
    return run_linker(build, &command, NULL, "build.log");
}

// What nearly every file needs, in one call. Who is to blame if it fails is not known.
static enum built build_at_once(const struct build *build, const char *flags,
                                const char *const *objects)
{
    struct command command = start_library(build, strict);
    add(&command, flags);
    add_source(&command, build, static_main);
    return run_linker(build, &command, objects, "build.log");
}

enum built submission_build_with(const struct build *build, const char *source,
                                 const char *const *objects)
{
    enum built built = lay_out(build, source);
    if (built != BUILT || (is_fenced(build) && can_be_strict(build) &&
                           (built = build_at_once(build, "", objects)) != NOT_BUILT))
        return built;
    if ((built = compile_and_blame(build)) != BUILT)
        return built;
    struct command command = link_command(build, "");
    return blame(build, run_linker(build, &command, objects, "build.log"));
}

static bool is_first_of_function(const struct chapter *chapter, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (strcmp(chapter->rows[i].function, chapter->rows[row].function) == 0)
            return false;
    return true;
}

static const char weak[] = "__attribute__((weak)) void %s(void) {}\n",
                  hidden[] = "__attribute__((visibility(\"hidden\"))) void %s(void) "
                             "{ __builtin_trap(); }\n";

// Links with other functions, of `text`, behind it.
static bool links_with(const struct build *build, const char *text)
{
    char object[PATH_MAX];
    const char *const objects[] = {joined(object, "%s/others.o", build->folder), NULL};
    struct command compile = start_command(build, "-w -fPIC -c others.c -o others.o"),
                   link = link_command(build, whole_flags(build));
    return write_new(build->folder, "others.c", text, strlen(text)) &&
           run_compiler(build, &compile, NULL, "probe.log") == BUILT &&
           run_linker(build, &link, objects, "probe.log") == BUILT;
}

static void add_function(char *text, const char *format, const char *name)
{
    char line[192];
    snprintf(line, sizeof line, format, name);
    strcat(text, line);
}

// An exercise may be missing and be called by another one: it is filled in such that
// nobody else sees it. False if something else is missing too.
static bool link_without_exercises(const struct build *build,
                                   const struct chapter *exercises)
{
    char text[MAX_CHAPTER_ROWS * 192], missing[MAX_CHAPTER_ROWS * 192] = "";
    for (size_t without = 0; without <= exercises->n_rows; without++) {
        text[0] = '\0';
        if (without > 0 && !is_first_of_function(exercises, without - 1))
            continue;
        for (size_t i = 0; i < exercises->n_rows; i++)
            if (is_first_of_function(exercises, i) && i + 1 != without)
                add_function(text, weak, exercises->rows[i].function);
        const bool links = links_with(build, text);
        if (without == 0 && !links)
            return false;
        if (without > 0 && !links)
            add_function(missing, hidden, exercises->rows[without - 1].function);
    }
    return links_with(build, missing);
}

bool submission_is_blamed(const struct build *build)
{
    char path[PATH_MAX], *log = read_left(joined(path, "%s/build.log", build->folder)),
                         *rest = log, *line;
    const size_t n = strlen(build->name);
    bool blamed = false;
    while (!blamed && (line = next_line(&rest)) != NULL) {
        int end = 0;
        blamed = strncmp(line, build->name, n) == 0 &&
                 sscanf(line + n, ".c:%*u:%*u: error:%n", &end) == 0 && end > 0;
    }
    free(log);
    return blamed;
}

// In one call; what is in error as it stands, and not for its main, is so without a doubt.
static enum built build_for_now(const struct build *build)
{
    if (!can_be_strict(build)) {
        const enum built built = compile(build, "");
        return built == BUILT ? link_whole(build) : built;
    }
    const enum built built = build_at_once(build, whole_flags(build), NULL);
    if (built != NOT_BUILT || !submission_is_blamed(build))
        return built;
    if (lacks_only_returns(build))
        return compile_leniently(static_main, build, "") == BUILT ? link_whole(build)
                                                                  : NOT_BUILT;
    return compile_with_main_as("chapter_main", build, quiet, "") == NOT_BUILT
               ? blame(build, NOT_BUILT)
               : NOT_BUILT;
}

// `inline` without `static` leaves the function out where it is not inlined, and whether
// it is hangs on the compiler's mood: at the second try it is always there.
enum built submission_build(const struct build *build, const char *source,
                            const struct chapter *exercises)
{
    enum built built = lay_out(build, source);
    if (built != BUILT)
        return built;
    if (build->comes_again && is_fenced(build))
        return build_for_now(build);
    if ((built = compile_and_blame(build)) != BUILT)
        return built;
    built = link_whole(build);
    if (built == NOT_BUILT && compile(build, "-fgnu89-inline") == BUILT)
        built = link_whole(build);
    if (built == NOT_BUILT && link_without_exercises(build, exercises))
        return BUILT;
    return blame(build, built);
}

enum { LOG_LINES = 30, LOG_BYTES = 200, LOG_COLUMNS = 70 };

// How much of a line goes into a row: up to a blank if there is one, and whole characters.
// (None has more columns than bytes.)
static size_t row_of_log(const char *line)
{
    size_t n = strlen(line), blank = LOG_COLUMNS;
    if (n <= LOG_COLUMNS)
        return n;
    while (blank > LOG_COLUMNS / 2 && line[blank] != ' ')
        blank--;
    if (line[blank] == ' ')
        return blank;
    for (n = LOG_COLUMNS; n > LOG_COLUMNS - 3 && (line[n] & 0xc0) == 0x80;)
        n--;
    return n;
}

// A bar in front of each row, none of which is so long that a terminal makes two of it: a
// file chooses what its compiler says, and nobody may take that for words of ours.
void submission_log(const char *folder, char *text, size_t size)
{
    char path[PATH_MAX], *log = read_left(joined(path, "%s/build.log", folder)),
                         *rest = log, *line;
    size_t used = 0;
    text[0] = '\0';
    for (int n = 0; n < LOG_LINES && size - used > 2 * LOG_BYTES; n++) {
        if ((line = next_line(&rest)) == NULL)
            break;
        line[strnlen(line, LOG_BYTES)] = '\0';
        do {
            const size_t shown = row_of_log(line);
            used +=
                (size_t)snprintf(text + used, size - used, "| %.*s\n", (int)shown, line);
            line += shown;
        } while (*line != '\0');
    }
    clean_lines(text);
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
    char *text = read_left(path), *rest = text, *line = NULL, end[32];
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

// What stands beside the test binary, BUILD/tests/01_lookup, and is used by it.
static const char *beside(char *path, const char *tests, const char *format)
{
    const char *name = strrchr(tests, '/') + 1;
    char build[PATH_MAX];
    joined(build, "%.*s", (int)(name - 1 - tests), tests);
    char *slash = strrchr(build, '/');
    if (slash != NULL)
        *slash = '\0';
    return joined(path, format, slash != NULL ? build : ".", name);
}

static struct ending run_tests(const struct judging *judging, const char *results,
                               const char *log)
{
    char submission[PATH_MAX], to[PATH_MAX], caller[PATH_MAX], wrong[PATH_MAX], only[128];
    const char *readable[MAX_PATHS + 1];
    const char *const processes[] = {judging->own_spaces ? NULL : "/proc", NULL};
    const char *const given[] = {judging->tests, judging->points,
                                 beside(caller, judging->tests, "%s/caller/%s"),
                                 beside(wrong, judging->tests, "%s/wrong/%s.so"), NULL};
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
        find_toolchain();
        list_paths(readable, toolchain, processes);
        sandbox.readable = readable;
        sandbox.hidden = judging->hidden;
        sandbox.given = given;
        sandbox.writable = judging->own_spaces ? spaces : no_spaces;
        sandbox.folder = judging->folder;
        sandbox.own_spaces = sandbox.sees_processes = judging->own_spaces;
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
    char *said = read_left(log);
    snprintf(why, size, "the judge died or its results are not whole (%s %d):\n%.2000s",
             end.cause == ENDED_EXIT ? "exit" : "signal or time", end.status,
             said ? said : "");
    clean_lines(why);
    free(said);
    return false;
}
