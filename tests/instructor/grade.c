// Grades a class: `make grade SUBMISSIONS=dir` runs this from the root of the course.
//
//     build/grade                        all students in $SUBMISSIONS, or $SHARD of them
//     build/grade merge [RECORDS...]     the reports of all shards together
//     build/grade check NAME FILE        one file, built and judged as a class is
//
// First everything is collected: each chapter's file of each student, by its content.
// Then what was not judged before is judged, each file in a process and a scratch folder
// of its own. A verdict is a file in build/grades/state/ whose name is a hash of all that
// it depends on: what is there is never judged again, whatever stopped the last run. In
// the end the records of the class are written, and from them the reports (report.h).
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "archive.h"
#include "clean.h"
#include "collect.h"
#include "command.h"
#include "report.h"
#include "sandbox.h"
#include "submission.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

enum { MAX_SHARES = 4096, MOST_POINTS = 100000, LONGEST_SEED = 200 };

struct options {
    const char *submissions, *hidden, *hidden_built, *seed, *out;
    unsigned shard, n_shards;
    long jobs;
    bool strict, one_student;
};

// A chapter that can be graded: its rows in the table of points, those of the hidden
// tests, and a hash of everything but the file that a verdict depends on.
struct assignment {
    struct chapter shown, hidden;
    char context[KEY];
};

static struct options options;
static struct assignment assignments[MAX_CHAPTERS];
static size_t n_assignments;
static char out[PATH_MAX], root[PATH_MAX]; // absolute: build/grades, the course
static char shard_name[32];                // "3-of-8"
static int isolation;                      // 1 the highest, 3 the lowest
static bool own_spaces;
static char hidden_paths[6][PATH_MAX]; // from compilers and judges
static const char *hidden_folders[7];
static char isolation_text[512];
static volatile sig_atomic_t stopped;

// ---- saying what happened -----------------------------------------------------------

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- files that are whole or not there ----------------------------------------------

static void must_make_folder(const char *path)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        give_up("cannot make the folder %s: %s", path, strerror(errno));
}

// Gives what was written to `temporary` its name, such that a power cut leaves the old
// file or the new one.
static bool commit(FILE *file, const char *temporary, const char *path)
{
    char folder[PATH_MAX];
    bool good = fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
    good = fclose(file) == 0 && good && rename(temporary, path) == 0;
    if (!good)
        return false;
    joined(folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    int handle = open(folder, O_RDONLY | O_CLOEXEC);
    if (handle >= 0) {
        fsync(handle);
        close(handle);
    }
    return true;
}

// Where the verdicts on a part stand: for good, or only in this run after a grader error.
static const char *state_path(char *path, const char *kind, const char *key)
{
    return joined(path, "%s/%s/%s.tsv", out, kind, key);
}

static const char *file_path(char *path, const char *file)
{
    return joined(path, "%s/files/%s.c", out, file);
}

// True if a verdict is there from its first line to its last. It is marked as used.
static bool is_judged(const char *kind, const char *key)
{
    char path[PATH_MAX];
    char *text = read_text(state_path(path, kind, key));
    size_t n = text != NULL ? strlen(text) : 0;
    bool whole = n > 5 && strcmp(text + n - 5, "\nend\n") == 0;
    if (whole)
        utimensat(AT_FDCWD, path, NULL, 0);
    free(text);
    return whole;
}

// ---- what can be graded -------------------------------------------------------------

static const char *tests_path(char *path, const char *kind, const char *chapter)
{
    const char *build = environment("BUILD", "build");
    if (strcmp(kind, "hidden") == 0)
        return *options.hidden_built == '/'
                   ? joined(path, "%s/%s", options.hidden_built, chapter)
                   : joined(path, "%s/%s/%s", root, options.hidden_built, chapter);
    return *build == '/' ? joined(path, "%s/%s/%s", build, kind, chapter)
                         : joined(path, "%s/%s/%s/%s", root, build, kind, chapter);
}

static const char *hidden_points(char *path)
{
    return *options.hidden == '/'
               ? joined(path, "%s/points.tsv", options.hidden)
               : joined(path, "%s/%s/points.tsv", root, options.hidden);
}

static int points_of(const struct chapter *chapter)
{
    int points = 0;
    for (size_t i = 0; i < chapter->n_rows; i++)
        points += chapter->rows[i].points;
    return points;
}

// Takes the rows of a chapter from a table of points.
static void take_rows(const char *path, struct chapter *chapter)
{
    char why[256];
    size_t n;
    struct row *rows = submission_points(path, &n, why, sizeof why);
    if (rows == NULL)
        give_up("the table of points %s: %s", path, why);
    for (size_t i = 0; i < n; i++)
        if (atoi(rows[i].exercise) == atoi(chapter->name)) {
            if (chapter->n_rows == MAX_CHAPTER_ROWS)
                give_up("%s: more than %d tests in one chapter", path, MAX_CHAPTER_ROWS);
            chapter->rows[chapter->n_rows++] = rows[i];
        }
    free(rows);
    if (chapter->n_rows == 0)
        give_up("%s has no row for %s", path, chapter->name);
    if (points_of(chapter) > MOST_POINTS)
        give_up("%s: more than %d points in one chapter", path, MOST_POINTS);
}

// A chapter without tests is not graded; one whose tests are not built stops everything.
static bool has_tests(const char *kind, const char *source, const char *chapter)
{
    char path[PATH_MAX];
    if (access(source, R_OK) != 0)
        return false;
    if (access(tests_path(path, kind, chapter), X_OK) != 0)
        give_up("the tests in %s are not built: `make grade` builds them", source);
    return true;
}

static void read_assignments(void)
{
    glob_t found;
    char path[PATH_MAX];
    if (glob("chapters/[0-9][0-9]_*.c", 0, NULL, &found) != 0)
        give_up("no chapters here: run me from the root of the course");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct assignment *assignment = &assignments[n_assignments];
        char *name = assignment->shown.name;
        if (sscanf(found.gl_pathv[i], "chapters/%63[a-z0-9_].c", name) != 1 ||
            !has_tests("tests", joined(path, "tests/%s.c", name), name))
            continue;
        assignment->hidden = assignment->shown;
        take_rows("tests/points.tsv", &assignment->shown);
        if (*options.hidden != '\0' &&
            has_tests("hidden", joined(path, "%s/%s.c", options.hidden, name), name))
            take_rows(hidden_points(path), &assignment->hidden);
        if (++n_assignments == MAX_CHAPTERS)
            give_up("more than %d chapters", MAX_CHAPTERS);
    }
    globfree(&found);
    if (n_assignments == 0)
        give_up("no chapter has tests: tests/NN_name.c is where they live");
}

// ---- hidden tests: whatever of them has no effect is a mistake ------------------------

static const struct assignment *assignment_of(const char *exercise)
{
    for (size_t c = 0; c < n_assignments; c++)
        if (atoi(assignments[c].shown.name) == atoi(exercise))
            return &assignments[c];
    return NULL;
}

static bool is_exercise(const struct chapter *chapter, const struct row *row)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].exercise, row->exercise) == 0 &&
            strcmp(chapter->rows[i].function, row->function) == 0)
            return true;
    return false;
}

static void check_hidden_rows(void)
{
    char path[PATH_MAX], why[256];
    size_t n;
    struct row *rows = submission_points(hidden_points(path), &n, why, sizeof why);
    if (rows == NULL)
        give_up("the table of points %s: %s", path, why);
    for (size_t i = 0; i < n; i++) {
        const struct assignment *assignment = assignment_of(rows[i].exercise);
        if (assignment == NULL || !is_exercise(&assignment->shown, &rows[i]))
            give_up("%s: there is no exercise %s, %s", path, rows[i].exercise,
                    rows[i].function);
        if (assignment->hidden.n_rows == 0)
            give_up("%s has a row for %s/%s, but there is no %s.c beside it", path,
                    rows[i].function, rows[i].test, assignment->shown.name);
    }
    free(rows);
}

// A chapter's tests, what they include, the table, and a word on it all.
static bool belongs_to_hidden(const char *name)
{
    size_t n = strlen(name);
    if (name[0] == '.' || strncmp(name, "README", 6) == 0 ||
        strcmp(name, "points.tsv") == 0 || (n > 2 && strcmp(name + n - 2, ".h") == 0))
        return true;
    for (size_t c = 0; c < n_assignments; c++) {
        const char *chapter = assignments[c].shown.name;
        if (n == strlen(chapter) + 2 && strncmp(name, chapter, n - 2) == 0 &&
            strcmp(name + n - 2, ".c") == 0)
            return true;
    }
    return false;
}

static void check_hidden(void)
{
    struct dirent **entries;
    if (*options.hidden == '\0')
        return;
    int n = scandir(options.hidden, &entries, NULL, alphasort);
    if (n < 0)
        give_up("cannot read the folder HIDDEN=%s: %s", options.hidden, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (!belongs_to_hidden(entries[i]->d_name)) {
            clean_text(entries[i]->d_name);
            give_up("HIDDEN has a file %s, which is no chapter's test: these are called "
                    "as the chapter, %s.c",
                    entries[i]->d_name, assignments[0].shown.name);
        }
        free(entries[i]);
    }
    free(entries);
    check_hidden_rows();
}

// The compiler's flags: -Og compiles quickly, and is the same for everybody.
static const char *grade_flags(void)
{
    static char flags[2048];
    snprintf(flags, sizeof flags, "%s %s", course_flags(),
             environment("GRADE_FLAGS", "-Og"));
    return flags;
}

static void sha_add_rows(struct sha *sha, const struct chapter *chapter)
{
    char line[256];
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        snprintf(line, sizeof line, "%s %s %s %d", row->exercise, row->function,
                 row->test, row->points);
        sha_add_text(sha, line);
    }
    sha_add_text(sha, "end");
}

static void sha_add_compiler(struct sha *sha)
{
    char command[PATH_MAX], line[256];
    joined(command, "%s --version </dev/null 2>&1", environment("CC", "cc"));
    sha_add_text(sha, environment("CC", "cc"));
    sha_add_text(sha, environment("SHARED", ""));
    sha_add_text(sha, environment("LDFLAGS", ""));
    FILE *pipe = popen(command, "r");
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL)
        sha_add_text(sha, line);
    if (pipe != NULL)
        pclose(pipe);
}

// Everything that the verdict on a file depends on, but the file.
static void find_context(struct assignment *assignment, const struct sha *shared)
{
    char path[PATH_MAX], object[PATH_MAX];
    struct sha sha = *shared;
    const char *name = assignment->shown.name;
    sha_add_text(&sha, name);
    sha_add_file(&sha, joined(path, "tests/%s.h", name));
    sha_add_file(&sha, tests_path(path, "tests", name));
    sha_add_file(&sha, tests_path(path, "caller", name));
    sha_add_file(&sha, joined(object, "%s.so", tests_path(path, "wrong", name)));
    sha_add_rows(&sha, &assignment->shown);
    if (assignment->hidden.n_rows > 0)
        sha_add_file(&sha, tests_path(path, "hidden", name));
    sha_add_rows(&sha, &assignment->hidden);
    sha_end(&sha, assignment->context);
}

static void find_contexts(void)
{
    char path[PATH_MAX];
    struct sha sha;
    sha_start(&sha);
    sha_add_file(&sha, tests_path(path, ".", "grade"));
    sha_add_compiler(&sha);
    sha_add_text(&sha, grade_flags());
    sha_add_file(&sha, "tests/judge/last_words.h");
    sha_add_text(&sha, options.seed);
    sha_add(&sha, &isolation, sizeof isolation);
    for (size_t i = 0; i < n_assignments; i++)
        find_context(&assignments[i], &sha);
}

// The files of a pattern, in the order of their names.
static void sha_add_files(struct sha *sha, const char *pattern)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        sha_add_text(sha, found.gl_pathv[i]);
        sha_add_file(sha, found.gl_pathv[i]);
    }
    globfree(&found);
}

// What the hidden tests include. (The path of their folder is nobody's pattern.)
static void sha_add_hidden_headers(struct sha *sha)
{
    struct dirent **entries;
    char path[PATH_MAX];
    const bool any = *options.hidden != '\0';
    const int n = any ? scandir(options.hidden, &entries, NULL, alphasort) : -1;
    for (int i = 0; i < n; i++) {
        const size_t length = strlen(entries[i]->d_name);
        if (length > 2 && strcmp(entries[i]->d_name + length - 2, ".h") == 0) {
            sha_add_text(sha, entries[i]->d_name);
            sha_add_file(sha, joined(path, "%s/%s", options.hidden, entries[i]->d_name));
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

// The tests as they are written: the same on every machine, so that shards can be
// compared.
static void tests_digest(char digest[KEY])
{
    char path[PATH_MAX];
    struct sha sha;
    sha_start(&sha);
    sha_add_files(&sha, "tests/judge/*.[ch]");
    sha_add_files(&sha, "tests/judge/*.awk");
    sha_add_files(&sha, "tests/instructor/*.[ch]");
    sha_add_hidden_headers(&sha);
    for (size_t i = 0; i < n_assignments; i++) {
        const char *name = assignments[i].shown.name;
        sha_add_file(&sha, joined(path, "tests/%s.c", name));
        sha_add_file(&sha, joined(path, "tests/%s.h", name));
        sha_add_file(&sha, joined(path, "tests/wrong/%s.c", name));
        sha_add_rows(&sha, &assignments[i].shown);
        if (assignments[i].hidden.n_rows > 0)
            sha_add_file(&sha, joined(path, "%s/%s.c", options.hidden, name));
        sha_add_rows(&sha, &assignments[i].hidden);
    }
    sha_add_text(&sha, options.seed);
    sha_end(&sha, digest);
}

// ---- collecting ---------------------------------------------------------------------

// Keeps the bytes of a file that is yet to be judged, under their hash.
static void keep_file(const char *file, const unsigned char *bytes, size_t n)
{
    char path[PATH_MAX], temporary[PATH_MAX];
    joined(temporary, "%s/files/.%s", out, shard_name);
    FILE *to = fopen(temporary, "wb");
    if (to == NULL || fwrite(bytes, 1, n, to) != n || fclose(to) != 0 ||
        rename(temporary, file_path(path, file)) != 0)
        give_up("cannot write %s: %s", temporary, strerror(errno));
}

static void make_key(struct part *part)
{
    struct sha sha;
    sha_start(&sha);
    sha_add_text(&sha, assignments[part->assignment].context);
    sha_add(&sha, &part->origin, sizeof part->origin);
    sha_add_text(&sha, part->file);
    sha_end(&sha, part->key);
}

// A file that was handed in: its bytes are kept, to be judged and for a dispute.
static void keep_part(struct part *part, const unsigned char *bytes, size_t n)
{
    char path[PATH_MAX];
    make_key(part);
    part->to_do = !is_judged("state", part->key);
    if (part->to_do || access(file_path(path, part->file), F_OK) != 0)
        keep_file(part->file, bytes, n);
}

// Every chapter that the table of points knows can be graded: what is missing never makes
// the work smaller.
static void check_chapters(void)
{
    char *text = read_text("tests/points.tsv"), *rest = text;
    next_line(&rest);
    for (char *line; (line = next_line(&rest)) != NULL;) {
        bool found = *line == '\0';
        for (size_t c = 0; c < n_assignments; c++)
            found = found || atoi(assignments[c].shown.name) == atoi(line);
        if (!found)
            give_up(
                "tests/points.tsv has points for chapter %d, but its tests are missing "
                "or not built: `make grade` builds them",
                atoi(line));
    }
    free(text);
}

static void collect_class(void)
{
    char folder[PATH_MAX];
    check_chapters();
    struct collecting what = {.submissions = options.submissions,
                              .one_student = options.one_student,
                              .n_chapters = n_assignments,
                              .shard = options.shard,
                              .n_shards = options.n_shards,
                              .keep = keep_part};
    for (size_t c = 0; c < n_assignments; c++)
        what.chapters[c] = assignments[c].shown.name;
    read_class(&what);
    if (options.n_shards == 1) // other shares may use the same folder
        forget_files(joined(folder, "%s/files", out));
    forget_unused(joined(folder, "%s/state", out));
    forget_unused(joined(folder, "%s/errors", out));
}

static void class_digest(char digest[KEY])
{
    struct sha sha;
    sha_start(&sha);
    for (size_t i = 0; i < n_students; i++)
        sha_add_text(&sha, students[i].name);
    sha_end(&sha, digest);
}

// ---- judging one file ---------------------------------------------------------------

struct judgement {
    struct chapter *shown, *hidden;
    const char *state; // "judged", "does not build", "grader error"
    char says[4096];   // the compiler's words, or why the grader failed
    double seconds;
    enum built built;
    bool is_sure; // of what did not build
};

static void set_all(struct chapter *chapter, const char *verdict, const char *message)
{
    for (size_t i = 0; i < chapter->n_rows; i++) {
        struct row *row = &chapter->rows[i];
        snprintf(row->verdict, sizeof row->verdict, "%s", verdict);
        snprintf(row->message, sizeof row->message, "%s", message);
        row->earned = 0;
    }
}

static void no_verdict(struct judgement *judgement, const char *state,
                       const char *message)
{
    judgement->state = state;
    set_all(judgement->shown, state, message);
    set_all(judgement->hidden, state, message);
}

static struct build build_of(const struct part *part, const char *name,
                             const char *folder)
{
    return (struct build){.name = name,
                          .chapter = assignments[part->assignment].shown.name,
                          .folder = folder,
                          .flags = grade_flags(),
                          .cpu_seconds = 10,
                          .own_spaces = own_spaces,
                          .hidden = hidden_folders};
}

// Our solution beside its chapter, as `make solution1` does it.
static enum built build_solution(const struct build *build, const struct build *chapter)
{
    char source[PATH_MAX], object[PATH_MAX];
    const char *const objects[] = {joined(object, "%s/chapter.o", build->folder), NULL};
    if (submission_compile(chapter, joined(source, "chapters/%s.c", build->name)) !=
        BUILT)
        return NOT_TRIED;
    return submission_build_with(build, joined(source, "solutions/%s.c", build->name),
                                 objects) == BUILT
               ? BUILT
               : NOT_TRIED;
}

// Builds what is judged to FOLDER/submission.so.
static enum built build_part(const struct part *part, const struct build *build)
{
    char from[PATH_MAX], to[PATH_MAX];
    const struct chapter *exercises = &assignments[part->assignment].shown;
    const struct build chapter = build_of(part, "chapter", build->folder);
    enum built built =
        part->origin == OUR_SOLUTION
            ? build_solution(build, &chapter)
            : submission_build(build, file_path(from, part->file), exercises);
    if (built == BUILT && rename(joined(from, "%s/%s.so", build->folder, build->name),
                                 joined(to, "%s/submission.so", build->folder)) != 0)
        return NOT_TRIED;
    return built;
}

// Runs one test binary over what was built. False if it could not.
static bool judge_with(const char *kind, const char *points, struct chapter *chapter,
                       const char *folder, struct judgement *judgement)
{
    char tests[PATH_MAX], object[PATH_MAX];
    const struct judging judging = {
        .tests = tests_path(tests, kind, chapter->name),
        .object = joined(object, "%s/submission.so", folder),
        .folder = folder,
        .points = points,
        .fenced = true,
        .own_spaces = own_spaces,
        .hidden = hidden_folders,
    };
    if (chapter->n_rows == 0)
        return true;
    setenv("POINTS", points, 1);
    return submission_judge(&judging, chapter, judgement->says, sizeof judgement->says);
}

// The bytes under a hash are those that were hashed, whatever happened to the disk since.
static bool is_as_collected(const struct part *part)
{
    static unsigned char bytes[SUBMISSION_BYTES];
    char path[PATH_MAX], file[KEY];
    if (part->origin == OUR_SOLUTION)
        return true;
    FILE *from = fopen(file_path(path, part->file), "rb");
    size_t n = from != NULL ? fread(bytes, 1, sizeof bytes, from) : 0;
    if (from != NULL)
        fclose(from);
    sha_of(bytes, n, file);
    return strcmp(file, part->file) == 0;
}

static bool has_zero_bytes(const char *path)
{
    char bytes[4096];
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = file >= 0 ? read(file, bytes, sizeof bytes) : 0;
    if (file >= 0)
        close(file);
    return n > 0 && memchr(bytes, '\0', (size_t)n) != NULL;
}

// What a person reads of a file that does not build.
static void explain_build(const struct build *build, enum built built, char *says,
                          size_t size)
{
    char path[PATH_MAX];
    submission_log(build->folder, says, size);
    if (built == TOO_LONG)
        snprintf(says, size, "The compiler needs too much time for it.\n");
    else if (built == WAITS)
        snprintf(says, size,
                 "error: the compiler waits for something that never comes: "
                 "does it include a device?\n");
    else if (built == NOT_BUILT &&
             has_zero_bytes(joined(path, "%s/%s.c", build->folder, build->name)))
        snprintf(says, size,
                 "error: it holds bytes of zero, as UTF-16 does: save it as "
                 "plain text, in UTF-8.\n");
    else if (built == NOT_BUILT && *says == '\0')
        snprintf(says, size, "The compiler gives up on it: it needs too much memory.\n");
    else if (built == NOT_TRIED && *says == '\0')
        snprintf(says, size,
                 "The compiler could not do its work here: is the disk full?\n");
}

static void judge_part(const struct part *part, const char *folder, bool again,
                       struct judgement *judgement)
{
    char points[PATH_MAX];
    struct build build = build_of(part, judgement->shown->name, folder);
    build.comes_again = !again;
    judgement->built = is_as_collected(part) ? build_part(part, &build) : NOT_TRIED;
    judgement->is_sure =
        again || (judgement->built == NOT_BUILT && submission_is_blamed(&build));
    explain_build(&build, judgement->built, judgement->says, sizeof judgement->says);
    judgement->state = "judged";
    if (judgement->built != BUILT && judgement->built != NOT_TRIED)
        no_verdict(judgement, "does not build", "The file does not build.");
    else if (judgement->built == BUILT &&
             judge_with("tests", joined(points, "%s/tests/points.tsv", root),
                        judgement->shown, folder, judgement) &&
             judge_with("hidden", *options.hidden ? hidden_points(points) : "",
                        judgement->hidden, folder, judgement))
        judgement->says[0] = '\0';
    else
        no_verdict(judgement, "grader error", "The grader could not judge this file.");
}

static bool has_grader_error(const struct chapter *chapter)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].verdict, "grader error") == 0)
            return true;
    return false;
}

static void write_rows(FILE *file, const struct chapter *chapter, const char *kind)
{
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        fprintf(file, "row\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t", kind, row->exercise,
                row->function, row->test, row->points, row->earned, row->verdict);
        write_field(file, row->message);
        fputc('\n', file);
    }
}

static void write_judgement(FILE *file, const struct part *part,
                            const struct judgement *judgement)
{
    fprintf(file, "part\t%s\t%s\t%s\t%.2f\t", judgement->shown->name, part->file,
            judgement->state, judgement->seconds);
    write_field(file, judgement->says);
    fputc('\n', file);
    write_rows(file, judgement->shown, "shown");
    write_rows(file, judgement->hidden, "hidden");
}

enum { DONE = 0, GRADER_ERROR = 3, NOT_SURE = 4 };

// True if the verdict is written whole, for good or for this run.
static bool write_state(const struct part *part, const struct judgement *judgement,
                        bool failed)
{
    char path[PATH_MAX], temporary[PATH_MAX];
    joined(temporary, "%s/state/.%s-%ld", out, shard_name, (long)getpid());
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        return false;
    write_judgement(file, part, judgement);
    fputs("end\n", file);
    if (!failed)
        remove(state_path(path, "errors", part->key));
    return commit(file, temporary,
                  state_path(path, failed ? "errors" : "state", part->key));
}

// In a process of its own. DONE if the verdict is written, for good; GRADER_ERROR if
// there is none but that. Where the compiler points at no line of it, that a file does not
// build is believed the second time, when no other work could have taken away what the
// compiler needed.
static int judge_and_write(const struct part *part, bool again)
{
    static struct assignment copy;
    static struct judgement judgement;
    char folder[PATH_MAX];
    double start = seconds_now();
    copy = assignments[part->assignment];
    judgement.shown = &copy.shown;
    judgement.hidden = &copy.hidden;
    joined(folder, "%s/work/%s-%ld", out, shard_name, (long)getpid());
    remove_folder(folder);
    must_make_folder(folder);
    judge_part(part, folder, again, &judgement);
    remove_folder(folder);
    judgement.seconds = seconds_now() - start;
    if ((judgement.built == NOT_BUILT || judgement.built == WAITS) && !judgement.is_sure)
        return NOT_SURE;
    bool failed = has_grader_error(&copy.shown) || has_grader_error(&copy.hidden);
    return write_state(part, &judgement, failed) && !failed ? DONE : GRADER_ERROR;
}

// ---- judging many, some at a time ---------------------------------------------------

struct progress {
    size_t n, n_done;
    double start, shown;
};

static void show_progress(struct progress *progress)
{
    double now = seconds_now(), passed = now - progress->start;
    bool live = isatty(STDOUT_FILENO);
    if (!live && now - progress->shown < 15 && progress->n_done < progress->n)
        return;
    double left = progress->n_done > 0 ? passed / (double)progress->n_done *
                                             (double)(progress->n - progress->n_done)
                                       : 0;
    printf("%s%zu of %zu judged, %d:%02d passed, about %d:%02d left%s",
           live ? "\r\033[K" : "", progress->n_done, progress->n, (int)passed / 60,
           (int)passed % 60, (int)left / 60, (int)left % 60,
           live && progress->n_done < progress->n ? "" : "\n");
    fflush(stdout);
    progress->shown = now;
}

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static void handle_stops(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static pid_t start_worker(const struct part *part, bool again)
{
    pid_t parent = getpid(), worker;
    fflush(NULL);
    if ((worker = fork()) != 0)
        return worker;
    handle_stops(SIG_DFL);
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
    _exit(judge_and_write(part, again));
}

static void stop_here(const pid_t *workers, size_t n, const struct progress *progress)
{
    for (size_t i = 0; i < n; i++)
        if (workers[i] > 0)
            kill(workers[i], SIGKILL);
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
    printf("\nStopped: %zu of %zu are judged and kept; the same command goes on from "
           "there.\n",
           progress->n_done, progress->n);
    exit(130);
}

// Judges the parts, `jobs` at a time, and marks those that are to be judged again.
static void judge_all(struct part *const *parts, size_t n, long jobs, bool again)
{
    pid_t *workers = must(calloc(n + 1, sizeof *workers));
    struct progress progress = {.n = n, .start = seconds_now(), .shown = seconds_now()};
    long running = 0;
    for (size_t started = 0; progress.n_done < n;) {
        while (running < jobs && started < n && !stopped) {
            if ((workers[started] = start_worker(parts[started], again)) < 0) {
                if (running > 0)
                    break; // there will be room when one of them has ended
                give_up("cannot start a process: %s", strerror(errno));
            }
            started++;
            running++;
        }
        int status = 0;
        pid_t ended = stopped ? -1 : wait(&status);
        if (stopped)
            stop_here(workers, started, &progress);
        for (size_t i = 0; i < started && ended > 0; i++)
            if (workers[i] == ended) {
                parts[i]->failed_once = !WIFEXITED(status) || WEXITSTATUS(status) != DONE;
                workers[i] = 0;
                running--;
                progress.n_done++;
                show_progress(&progress);
                break;
            }
    }
    free(workers);
}

static void judge_and_retry(struct part **parts, size_t n)
{
    size_t n_failed = 0;
    judge_all(parts, n, options.jobs, false);
    for (size_t i = 0; i < n; i++)
        if (parts[i]->failed_once)
            parts[n_failed++] = parts[i];
    if (n_failed > 0) {
        printf("%zu did not build, or could not be judged: each is tried once more, "
               "alone.\n",
               n_failed);
        judge_all(parts, n_failed, 1, true);
    }
}

// ---- what must hold before anybody is graded ----------------------------------------

// Of a state's line what a person wants to know: why there is no verdict, or a test's.
static void describe(char *line, char *text, size_t size)
{
    char *field[9] = {0};
    size_t n = 0;
    while (n < 9 && (field[n] = strsep(&line, "\t")) != NULL)
        n++;
    if (n == 6 && *field[5] != '\0')
        snprintf(text, size, "%s", field[5]);
    else if (n == 9)
        snprintf(text, size, "%s/%s: %s: %s", field[3], field[4], field[7], field[8]);
    unescape(text);
}

// Else what stands against it goes to `why`.
static bool earns(const struct part *part, bool everything, char *why, size_t size)
{
    char path[PATH_MAX], *text, *rest, *said;
    bool good = true;
    text = rest = read_text(state_path(path, "state", part->key));
    if (text == NULL)
        text = rest = read_text(state_path(path, "errors", part->key));
    snprintf(why, size, "%s", text == NULL ? "it could not be judged" : "");
    while (good && (said = next_line(&rest)) != NULL) {
        const bool is_part = strncmp(said, "part\t", 5) == 0;
        good = strncmp(said, "row\t", 4) != 0 ||
               (strstr(said, "\tpass\t") != NULL) == everything;
        if (is_part || (!good && *why == '\0'))
            describe(said, why, size);
    }
    good = good && text != NULL;
    free(text);
    return good;
}

static struct part our_part(size_t assignment, enum origin origin)
{
    char path[PATH_MAX];
    struct part part = {.origin = origin, .assignment = assignment};
    struct sha sha;
    sha_start(&sha);
    if (origin == OUR_SOLUTION) {
        sha_add_file(&sha,
                     joined(path, "solutions/%s.c", assignments[assignment].shown.name));
        sha_add_file(&sha,
                     joined(path, "chapters/%s.c", assignments[assignment].shown.name));
    }
    sha_end(&sha, part.file);
    make_key(&part);
    part.to_do = !is_judged("state", part.key);
    if (part.to_do && origin == EMPTY_FILE)
        keep_file(part.file, (const unsigned char *)"", 0);
    return part;
}

static bool is_handed_in(size_t assignment)
{
    for (size_t i = 0; i < n_students; i++)
        if (students[i].parts[assignment].origin != NO_FILE)
            return true;
    return false;
}

// Our own solution earns every point, hidden ones too, and an empty file none; else no
// grade from this machine can be trusted.
static void trust_yourself(void)
{
    static struct part ours[2 * MAX_CHAPTERS], *to_do[2 * MAX_CHAPTERS];
    size_t n = 0, n_to_do = 0;
    char why[4096];
    for (size_t c = 0; c < n_assignments; c++)
        if (is_handed_in(c) || assignments[c].hidden.n_rows > 0) {
            ours[n++] = our_part(c, OUR_SOLUTION);
            ours[n++] = our_part(c, EMPTY_FILE);
        }
    for (size_t i = 0; i < n; i++)
        if (ours[i].to_do)
            to_do[n_to_do++] = &ours[i];
    if (n_to_do > 0) {
        printf("First the course's own solutions, which must earn every point:\n");
        judge_and_retry(to_do, n_to_do);
    }
    for (size_t i = 0; i < n; i++)
        if (!earns(&ours[i], ours[i].origin == OUR_SOLUTION, why, sizeof why))
            give_up("%s of %s does not earn %s points here, so nobody is graded. The "
                    "judge says:\n%s",
                    ours[i].origin == OUR_SOLUTION ? "the solution" : "an empty file",
                    assignments[ours[i].assignment].shown.name,
                    ours[i].origin == OUR_SOLUTION ? "all" : "zero", why);
}

// ---- the records of the class -------------------------------------------------------

// The verdict on a part, or, if even its process died twice, that the grader failed.
static void write_part(FILE *file, const struct part *part)
{
    static struct assignment copy;
    char path[PATH_MAX];
    const char *kind = is_judged("state", part->key) ? "state" : "errors";
    char *text = read_text(state_path(path, kind, part->key));
    size_t n = text != NULL ? strlen(text) : 0;
    if (n > 4) {
        text[n - 4] = '\0'; // without its line "end"
        fputs(text, file);
    } else {
        copy = assignments[part->assignment];
        struct judgement judgement = {.shown = &copy.shown, .hidden = &copy.hidden};
        snprintf(judgement.says, sizeof judgement.says,
                 "the process that judged it died");
        no_verdict(&judgement, "grader error", "The grader could not judge this file.");
        write_judgement(file, part, &judgement);
    }
    free(text);
}

static void write_student(FILE *file, size_t index)
{
    const struct student *student = &students[index];
    fprintf(file, "student\t%zu\t", index);
    write_field(file, student->name);
    fputc('\n', file);
    char *notes = student->notes != NULL ? must(strdup(student->notes)) : NULL,
         *rest = notes;
    for (char *line; (line = next_line(&rest)) != NULL;)
        fprintf(file, "note\t%s\n", line);
    free(notes);
    for (size_t c = 0; c < n_assignments; c++)
        if (student->parts[c].origin != NO_FILE)
            write_part(file, &student->parts[c]);
}

static void write_head(FILE *file, double seconds)
{
    char tests[KEY], class[KEY];
    tests_digest(tests);
    class_digest(class);
    fprintf(file, "grades\t1\ntests\t%s\nclass\t%s\t%zu\nshard\t%u\t%u\nseed\t", tests,
            class, n_students, options.shard, options.n_shards);
    write_field(file, options.seed);
    fprintf(file, "\nisolation\t%d\t%s\ntook\t%.1f\n", isolation, isolation_text,
            seconds);
    for (size_t c = 0; c < n_assignments; c++)
        fprintf(file, "chapter\t%s\t%d\n", assignments[c].shown.name,
                points_of(&assignments[c].shown) + points_of(&assignments[c].hidden));
}

// The last line: the sum of all before it, so that a share that was damaged is known.
static bool seal(FILE *file, const char *path)
{
    unsigned char bytes[4096];
    char sum[KEY];
    struct sha sha;
    size_t n;
    FILE *written = fflush(file) == 0 ? fopen(path, "rb") : NULL;
    if (written == NULL)
        return false;
    sha_start(&sha);
    while ((n = fread(bytes, 1, sizeof bytes, written)) > 0)
        sha_add(&sha, bytes, n);
    sha_end(&sha, sum);
    return fclose(written) == 0 && fprintf(file, "end\t%s\n", sum) > 0;
}

static void write_records(const char *path, double seconds)
{
    char temporary[PATH_MAX];
    joined(temporary, "%s.new", path);
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        give_up("cannot write %s: %s", temporary, strerror(errno));
    write_head(file, seconds);
    for (size_t i = 0; i < n_students; i++)
        if (is_in_shard(i))
            write_student(file, i);
    if (!seal(file, temporary) || !commit(file, temporary, path))
        give_up("cannot write %s: %s", path, strerror(errno));
}

// ---- the machine --------------------------------------------------------------------

// Wherever it lies, no compiler sees this folder.
static void hide_folder(const char *path)
{
    size_t n = 0;
    while (hidden_folders[n] != NULL)
        n++;
    if (realpath(path, hidden_paths[n]) != NULL)
        hidden_folders[n] = hidden_paths[n];
}

static bool lies_open(void)
{
    bool open = false;
    for (size_t i = 0; hidden_folders[i] != NULL; i++)
        open = open || submission_lies_open(hidden_folders[i]);
    return open;
}

// What this machine gives, tried in an empty folder.
static void find_isolation(const char *folder)
{
    const char *lacks = sandbox_lacks_spaces(folder);
    const bool seccomp = fence_level()[0] == 's', landlock = sandbox_has_landlock();
    own_spaces = lacks == NULL;
    const bool open = !own_spaces && lies_open();
    isolation = !seccomp ? 3 : own_spaces ? 1 : landlock && !open ? 2 : 3;
    snprintf(isolation_text, sizeof isolation_text, "%s%s%s%s%s%s",
             own_spaces ? "own users, processes, network and files"
                        : "no spaces of their own (",
             own_spaces ? "" : lacks, own_spaces ? "" : ")",
             landlock     ? ", Landlock"
             : own_spaces ? ", no Landlock"
                          : ", no Landlock: what a file includes is not fenced",
             seccomp ? ", seccomp" : ", no seccomp",
             open ? ", and the course or the class lies where compilers must read" : "");
    if (options.strict && isolation > 1)
        give_up("STRICT= asks for isolation level 1, and this machine gives level %d: %s",
                isolation, isolation_text);
}

static void find_isolation_of_class(void)
{
    char folder[PATH_MAX];
    hide_folder(root);
    hide_folder(environment("BUILD", "build")); // it holds the tests
    hide_folder(out);
    hide_folder(options.submissions);
    if (*options.hidden != '\0')
        hide_folder(options.hidden);
    must_make_folder(joined(folder, "%s/work/%s-trial", out, shard_name));
    find_isolation(folder);
    remove_folder(folder);
    printf("Isolation level %d of 3%s: %s.\n", isolation,
           isolation == 1 ? " (the highest)" : "", isolation_text);
}

// No secret of the instructor's environment is there for a submission to find.
static void keep_environment(void)
{
    static const char *const kept[] = {
        "PATH",
        "LD_LIBRARY_PATH",
        "BUILD",
        "CC",
        "COURSE_FLAGS",
        "GRADE_FLAGS",
        "SHARED",
        "LDFLAGS",
        "SEED",
        "JUDGE_WITHOUT_SECCOMP",
        "JUDGE_WITHOUT_SPACES",
        "JUDGE_WITHOUT_LANDLOCK",
    };
    char *values[sizeof kept / sizeof *kept];
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        values[i] = getenv(kept[i]) != NULL ? must(strdup(getenv(kept[i]))) : NULL;
    static char *none[] = {NULL};
    extern char **environ;
    environ = none;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (values[i] != NULL) {
            setenv(kept[i], values[i], 1);
            free(values[i]);
        }
    setenv("LC_ALL", "C", 1);
    setenv("JUDGE_JOBS", "1", 1); // files are judged side by side, and not their tests
}

// What was set, or `otherwise`: stays when the environment is emptied, which forgets only
// where it is. Set to nothing is a mistake: of a script, most often.
static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    if (value != NULL && *value == '\0')
        give_up("%s= is set to nothing: give it a value, or leave it away", name);
    return value != NULL ? value : otherwise;
}

static bool is_on(const char *name)
{
    static const char *const off[] = {"0", "no", "off", "false"};
    const char *value = setting(name, "no");
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (strcasecmp(value, off[i]) == 0)
            return false;
    return true;
}

static void read_share(const char *shard)
{
    int after = 0;
    if (sscanf(shard, "%5u/%5u%n", &options.shard, &options.n_shards, &after) != 2 ||
        shard[after] != '\0' || options.shard < 1 || options.shard > options.n_shards ||
        options.n_shards > MAX_SHARES)
        give_up("SHARD= is no share: SHARD=3/8 is the third of eight, of %d at most",
                MAX_SHARES);
    snprintf(shard_name, sizeof shard_name, "%u-of-%u", options.shard, options.n_shards);
}

// One more than there are processors: each waits a seventh of its time, for the disk and for
// the system, which takes its spaces away.
static long read_jobs(const char *jobs)
{
    long n;
    int after = 0;
    if (*jobs == '\0')
        return sysconf(_SC_NPROCESSORS_ONLN) + 1;
    if (sscanf(jobs, "%4ld%n", &n, &after) != 1 || jobs[after] != '\0' || n < 1)
        give_up("JOBS= is no number of files to judge at a time: JOBS=4");
    return n;
}

static void read_options(void)
{
    options = (struct options){
        .submissions = environment("SUBMISSIONS", ""),
        .hidden = setting("HIDDEN", ""),
        .hidden_built = environment("HIDDEN_BUILT", "build/hidden"),
        .seed = setting("SEED", "1"),
        .out = setting("GRADES", "build/grades"),
        .jobs = read_jobs(setting("JOBS", "")),
        .strict = is_on("STRICT"),
        .one_student = is_on("ONE_STUDENT"),
    };
    read_share(setting("SHARD", "1/1"));
    if (strlen(options.seed) > LONGEST_SEED)
        give_up("SEED= is longer than %d letters", LONGEST_SEED);
    if (*options.submissions == '\0')
        give_up("say whom to grade: make grade SUBMISSIONS=folder, which holds a folder "
                "for each student");
    keep_environment();
}

static bool is_within(const char *path, const char *folder)
{
    size_t n = strcmp(folder, "/") != 0 ? strlen(folder) : 0;
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

// Reports replace whole folders, so a folder that holds something is a folder of grades.
static void refuse_foreign(const char *folder)
{
    static const char *const marks[] = {"state", "shards", "records.tsv", "report.html"};
    struct dirent **entries;
    const int n = scandir(folder, &entries, NULL, NULL);
    bool is_ours = n <= 2; // it is not there, or it holds itself and the one above
    for (int i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
            is_ours = is_ours || strcmp(entries[i]->d_name, marks[k]) == 0;
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    if (!is_ours)
        give_up("%s holds other things than grades, which could be lost: say "
                "GRADES=another/folder",
                folder);
}

static void cut_last(char *path)
{
    const char *rest = dirname(path);
    memmove(path, rest, strlen(rest) + 1);
}

// Whether a path, of which the end need not be there yet, leads into a folder.
static bool leads_into(const char *path, const char *folder)
{
    char way[PATH_MAX], real[PATH_MAX], real_folder[PATH_MAX];
    joined(way, "%s", path);
    while (realpath(way, real) == NULL)
        if (errno != ENOENT || strcmp(way, ".") == 0)
            return false;
        else
            cut_last(way);
    return realpath(folder, real_folder) != NULL && is_within(real, real_folder);
}

static void must_make_folder_of_grades(const char *folder)
{
    char path[PATH_MAX];
    refuse_foreign(folder);
    for (const char *slash = folder; (slash = strchr(slash + 1, '/')) != NULL;)
        must_make_folder(joined(path, "%.*s", (int)(slash - folder), folder));
    must_make_folder(folder);
}

static void make_folders(void)
{
    char path[PATH_MAX];
    const char *const folders[] = {"state", "errors", "files", "work", "shards"};
    if (getcwd(root, sizeof root) == NULL)
        give_up("cannot tell where I am: %s", strerror(errno));
    if (leads_into(options.out, options.submissions))
        give_up("the grades would lie in SUBMISSIONS, and be graded next time: say "
                "GRADES=another/folder");
    if (*options.hidden != '\0' && leads_into(options.out, options.hidden))
        give_up("the grades would lie in HIDDEN, among the tests: say "
                "GRADES=another/folder");
    if (leads_into(options.submissions, options.out) ||
        (*options.hidden != '\0' && leads_into(options.hidden, options.out)))
        give_up(
            "SUBMISSIONS or HIDDEN lies among the grades, which could replace it: say "
            "GRADES=another/folder");
    must_make_folder_of_grades(options.out);
    if (realpath(options.out, out) == NULL)
        give_up("cannot find %s: %s", options.out, strerror(errno));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        must_make_folder(joined(path, "%s/%s", out, folders[i]));
}

// One grader at a time for a shard: the lock goes with its process, however that ends.
static void lock(void)
{
    char path[PATH_MAX];
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    joined(path, "%s/work/lock-%s", out, shard_name);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 ||
        (fcntl(file, F_SETLK, &all) != 0 && (errno == EAGAIN || errno == EACCES)))
        give_up("another make grade is at work in %s", options.out);
}

// Removes what has this beginning of a name, or is called so. The path of a folder is nobody's
// pattern: it may hold brackets and stars.
static void sweep_folder(const char *folder, const char *beginning)
{
    struct dirent **entries;
    char path[PATH_MAX];
    const size_t length = strlen(beginning);
    const int n = scandir(folder, &entries, NULL, NULL);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (strncmp(name, beginning, length) == 0 &&
            (name[length] == '-' || name[length] == '\0'))
            remove_folder(joined(path, "%s/%s", folder, name));
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

// What a run that was killed left behind.
static void sweep(void)
{
    static const char *const folders[] = {"work", "state", "files"};
    char folder[PATH_MAX], hidden[sizeof shard_name + 1];
    snprintf(hidden, sizeof hidden, ".%s", shard_name);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        sweep_folder(joined(folder, "%s/%s", out, folders[i]),
                     i == 0 ? shard_name : hidden);
}

// ---- the commands -------------------------------------------------------------------

// Every part that is to be judged once: files with the same bytes have the same verdict.
static size_t list_to_do(struct part **to_do)
{
    size_t n = 0;
    for (size_t i = 0; i < n_students; i++)
        for (size_t c = 0; c < n_assignments; c++) {
            struct part *part = &students[i].parts[c];
            for (size_t j = 0; part->to_do && j < n; j++)
                if (strcmp(to_do[j]->key, part->key) == 0)
                    part->to_do = false;
            if (part->to_do)
                to_do[n++] = part;
        }
    return n;
}

static size_t count_parts(void)
{
    size_t n = 0;
    for (size_t i = 0; i < n_students; i++)
        for (size_t c = 0; c < n_assignments; c++)
            n += students[i].parts[c].origin != NO_FILE;
    return n;
}

static void say_end(size_t n_judged, double seconds)
{
    size_t n_in_shard = 0;
    for (size_t i = 0; i < n_students; i++)
        n_in_shard += is_in_shard(i);
    printf("%zu students, %zu files; %zu judged now, the others were already; %d:%02d "
           "min.\n",
           n_in_shard, count_parts(), n_judged, (int)seconds / 60, (int)seconds % 60);
}

static int grade_class(void)
{
    char path[PATH_MAX];
    double start = seconds_now();
    setvbuf(stdout, NULL, _IOLBF, 0);
    read_options();
    make_folders();
    lock();
    sweep();
    find_isolation_of_class();
    read_assignments();
    check_hidden();
    find_contexts();
    collect_class();
    handle_stops(on_stop);
    trust_yourself();
    struct part **to_do = must(calloc(n_students * n_assignments + 1, sizeof *to_do));
    size_t n = list_to_do(to_do);
    if (n > 0)
        judge_and_retry(to_do, n);
    free(to_do);
    write_records(options.n_shards > 1 ? joined(path, "%s/shards/%s.tsv", out, shard_name)
                                       : joined(path, "%s/records.tsv", out),
                  seconds_now() - start);
    const char *const records[] = {path};
    say_end(n, seconds_now() - start);
    if (options.n_shards > 1) {
        printf("This is share %u of %u, in %s; make grade-merge puts all of them "
               "together.\n",
               options.shard, options.n_shards, path);
        return 0;
    }
    return write_reports(records, 1, out) ? 0 : 2;
}

static size_t list_shares(const char *folder, const char *records[MAX_SHARES])
{
    struct dirent **entries;
    struct stat status;
    char path[PATH_MAX];
    size_t n_shares = 0;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        size_t k = strlen(name);
        if (name[0] != '.' && k > 4 && strcmp(name + k - 4, ".tsv") == 0) {
            if (n_shares == MAX_SHARES)
                give_up("there are more than %d shares in %s", MAX_SHARES, folder);
            if (stat(joined(path, "%s/%s", folder, name), &status) != 0 ||
                !S_ISREG(status.st_mode))
                give_up("%s is no share: it is no ordinary file", path);
            records[n_shares++] = must(strdup(path));
        }
    }
    if (n_shares == 0)
        give_up("there are no shares in %s: make grade SHARD=1/8 ... makes them", folder);
    return n_shares;
}

// The shares that are named, or all in $SHARDS.
static int merge(int n, char *const paths[])
{
    static const char *records[MAX_SHARES];
    char shards[PATH_MAX];
    size_t n_shares = (size_t)n;
    const char *folder = setting("GRADES", "build/grades");
    must_make_folder_of_grades(folder);
    if (n > MAX_SHARES)
        give_up("there are more than %d shares", MAX_SHARES);
    for (int i = 0; i < n; i++)
        records[i] = paths[i];
    if (n == 0)
        n_shares =
            list_shares(setting("SHARDS", joined(shards, "%s/shards", folder)), records);
    return write_reports(records, n_shares, folder) ? 0 : 2;
}

// ---- one file: make check1 SUBMISSION=file --------------------------------------------

// The function that the linker did not find, if it says so.
static bool reads_missing(const char *folder, char name[64])
{
    char path[PATH_MAX], *log = read_left(joined(path, "%s/build.log", folder));
    const char *text = log != NULL ? log : "",
               *at = strstr(text, "undefined reference to "),
               *lld = strstr(text, "undefined symbol: ");
    const bool reads =
        (at != NULL && sscanf(at + 23, "%*[`']%63[A-Za-z0-9_]", name) == 1) ||
        (lld != NULL && sscanf(lld + 18, "%63[A-Za-z0-9_]", name) == 1);
    free(log);
    return reads;
}

// The end of a path, so short that a terminal never begins a row within it: whoever chose
// the name would choose that row.
static void show_path(char shown[PATH_MAX], const char *path)
{
    enum { COLUMNS = 60 };
    clean_text(strcpy(shown, path));
    size_t cut = strlen(shown) > COLUMNS ? strlen(shown) - COLUMNS : 0;
    while ((shown[cut] & 0xc0) == 0x80) // whole characters
        cut++;
    if (cut > 3) {
        memmove(shown + 3, shown + cut, strlen(shown + cut) + 1);
        memcpy(shown, "...", 3);
    }
}

// True if it is built, to FOLDER/NAME.so. Else why not has been said; *ours, if it is not
// the file's fault.
static bool build_one(const char *file, const char *folder,
                      const struct chapter *exercises, bool *ours)
{
    char says[4096], shown[PATH_MAX], lacks[64];
    struct stat status;
    const struct build build = {.name = exercises->name,
                                .chapter = exercises->name,
                                .folder = folder,
                                .flags = course_flags(),
                                .cpu_seconds = 10,
                                .own_spaces = own_spaces,
                                .hidden = hidden_folders};
    show_path(shown, file);
    const bool packed = archive_kind_of(file) != NO_ARCHIVE;
    if (packed || !submission_is_plain(file)) {
        const char *why = lstat(file, &status) != 0  ? "there is no such file"
                          : S_ISLNK(status.st_mode)  ? "it is a link to another file"
                          : !S_ISREG(status.st_mode) ? "it is no ordinary file"
                          : packed ? "it is an archive: unpack it and give the file in it"
                                   : "it has 1 MB or more";
        printf("%s does not build: %s.\n", shown, why);
        return false;
    }
    enum built built = submission_build(&build, file, exercises);
    explain_build(&build, built, says, sizeof says);
    *ours = built == NOT_TRIED;
    if (built != BUILT)
        fputs(says, stdout);
    if (built == NOT_TRIED)
        printf("%s does not build: the compiler could not do its work here.\n", shown);
    else if (built != BUILT && reads_missing(folder, lacks))
        printf("%s does not build: it calls %s, and there is no function of that name.\n",
               shown, lacks);
    else if (built != BUILT)
        printf("%s does not build: the first error above says where.\n", shown);
    return built == BUILT;
}

// What the judge says of it. DONE if all is right.
static int judge_one(const char *folder, struct chapter *chapter)
{
    char tests[PATH_MAX], points[PATH_MAX], object[PATH_MAX], log[PATH_MAX], why[4096];
    const struct judging judging = {
        .tests = tests_path(tests, "tests", chapter->name),
        .object = joined(object, "%s/%s.so", folder, chapter->name),
        .folder = folder,
        .points = joined(points, "%s/tests/points.tsv", root),
        .fenced = true,
        .own_spaces = own_spaces,
        .hidden = hidden_folders,
    };
    setenv("POINTS", points, 1);
    if (!submission_judge(&judging, chapter, why, sizeof why)) {
        printf("Chapter %d: the tests themselves could not run: %s\n",
               atoi(chapter->name), why);
        return GRADER_ERROR;
    }
    char *says = must(read_left(joined(log, "%s/judge.log", folder)));
    clean_lines(says);
    fputs(says, stdout);
    free(says);
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (!row_passes(&chapter->rows[i]))
            return 1;
    return DONE;
}

// In a process of its own, which Ctrl-C ends, and not the one that tidies up.
static int check_in(const char *folder, const char *name, const char *file)
{
    static struct chapter chapter;
    char beside[PATH_MAX];
    bool ours = false;
    handle_stops(SIG_DFL);
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    snprintf(chapter.name, sizeof chapter.name, "%s", name);
    take_rows("tests/points.tsv", &chapter);
    hide_folder(root);
    hide_folder(environment("BUILD", "build"));
    hide_folder(dirname(strcpy(beside, file)));
    find_isolation(folder);
    if (isolation > 1)
        printf("Judged at isolation level %d of 3: %s.\n", isolation, isolation_text);
    fflush(stdout);
    if (!build_one(file, folder, &chapter, &ours)) {
        printf("Chapter %d: does not build.\n", atoi(name));
        return ours ? GRADER_ERROR : 1;
    }
    return judge_one(folder, &chapter);
}

static void make_room(char *folder)
{
    char place[PATH_MAX], room[PATH_MAX];
    must_make_folder(joined(place, "%s/submission", environment("BUILD", "build")));
    if (realpath(place, room) == NULL)
        give_up("cannot find %s: %s", place, strerror(errno));
    remove_folder(joined(folder, "%s/%ld", room, (long)getpid()));
    must_make_folder(folder);
}

static int check(const char *name, const char *file)
{
    char folder[PATH_MAX];
    int status = 0;
    options.strict = is_on("STRICT");
    setenv("SEED", setting("SEED", "1"), 1);
    keep_environment();
    if (strlen(file) >= PATH_MAX || getcwd(root, sizeof root) == NULL)
        give_up("the path is too long");
    make_room(folder);
    handle_stops(on_stop);
    fflush(NULL);
    pid_t worker = fork();
    if (worker == 0)
        exit(check_in(folder, name, file));
    while (worker > 0 && waitpid(worker, &status, 0) < 0 && errno == EINTR)
        continue;
    remove_folder(folder);
    if (worker < 0)
        give_up("cannot start a process: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 130;
}

int main(int argc, char *argv[])
{
    fence_try();
    if (argc == 1)
        return grade_class();
    if (strcmp(argv[1], "merge") == 0)
        return merge(argc - 2, argv + 2);
    if (argc == 4 && strcmp(argv[1], "check") == 0)
        return check(argv[2], argv[3]);
    give_up("unknown command %s; there are none, merge and check", argv[1]);
}
