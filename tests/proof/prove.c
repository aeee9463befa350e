// Proves the tests: `make test` runs this from the root of the course when all is built.
//
//     build/prove                  all of it
//     build/prove attacks          one part: programs, checkers, alone, solutions, stubs,
//                                  right, wrong or attacks
//     build/prove 01_lookup        one chapter: what to run while one writes it
//     build/prove mark_before      one answer, attack or checker by its name
//
// JOBS=1 does one thing at a time, PROVE_TIMES=1 says what each took and proved. What must
// be there is read from the files themselves, and whatever does not parse, is missing, dies
// or says nothing has failed. The last line is "N passed, N failed".
#include "answers.h"
#include "command.h"
#include "sandbox.h"
#include "submission.h"

#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

// Fewer than these is a failure: tests that nothing attacks prove little.
enum { LEAST_WRONG = 6, LEAST_RIGHT = 2, LEAST_ATTACKS = 30, POINTS_A_CHAPTER = 100 };
enum { MAX_CHAPTERS = 32, MAX_JOBS = 8192 };

// Written by the process that does a job, read by the one that counts.
struct outcome {
    bool done;
    double started; // seconds after the proof began
    int passed, failed;
    char text[6000], left_out[400];
};

// One thing to prove. `function` and `test` say what must fail (or, of a right answer, which
// exercise it is), `words` what the message must hold.
struct job {
    const char *part, *name;
    void (*prove)(void);
    const struct chapter *chapter; // or NULL
    const char *path;              // what is judged or compiled, or a command
    const char *function, *test, *words;
    bool has_name;               // a wrong answer whose sentence the judge finds out
    bool whole;                  // an attack on all exercises of its chapter,
    bool briefly;                // or on the first test of one
    bool endless;                // from a shell that limits no stack
    bool is_program, comes_last; // when the programs have run
    off_t text;                  // of a program: the bytes of its chapter
    bool wanted;
    struct job *with; // an answer that is judged by the same process, or NULL
    struct outcome *outcome;
    pid_t worker; // 0: not started, -1: counted, since another job may get its number
};

static struct chapter chapters[MAX_CHAPTERS];
static size_t n_chapters, n_jobs, n_wanted, n_attacks_left_out;
static struct job jobs[MAX_JOBS];
// Absolute: the folder for what is built here, and what make has built.
static char scratch[PATH_MAX], build[PATH_MAX];

// What this process does, its own folder, and what the judge said last: a process does one
// job.
static const struct job *job;
static char folder[PATH_MAX];
static struct chapter judged;

// ---- saying what happened ------------------------------------------------------------

__attribute__((format(printf, 1, 2), noreturn)) static void give_up(const char *format,
                                                                    ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("prove: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

__attribute__((format(printf, 1, 2))) static void fail(const char *format, ...)
{
    char *text = job->outcome->text;
    const size_t size = sizeof job->outcome->text, used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
    strncat(text, "\n", size - strlen(text) - 1);
    job->outcome->failed++;
}

static void expect(bool holds, const char *what)
{
    if (holds)
        job->outcome->passed++;
    else
        fail("%s", what);
}

// With what a command has said.
static void fail_with(const char *log, const char *what, int status)
{
    char *text = read_text(log);
    fail("%s (%d):\n%.2000s", what, status, text != NULL ? text : "");
    free(text);
}

static struct ending run(const char *const *argv, const char *log)
{
    const struct sandbox sandbox = {
        .cpu_seconds = 600, .wall_seconds = 600, .output = log};
    return sandbox_run(&sandbox, (char *const *)(size_t)argv);
}

// A script that prints lines "ok NAME", "not ok NAME: why" and "left out: what".
static void prove_by_script(void)
{
    char log[PATH_MAX];
    const char *const argv[] = {"/bin/sh", job->path,
                                job->chapter != NULL ? job->chapter->name : NULL, NULL};
    const struct ending end = run(argv, joined(log, "%s/said.txt", folder));
    struct outcome *outcome = job->outcome;
    char *text = read_text(log), *rest = text, *line;
    while ((line = next_line(&rest)) != NULL)
        if (strncmp(line, "ok ", 3) == 0)
            outcome->passed++;
        else if (strncmp(line, "not ok ", 7) == 0)
            fail("%s", line + 7);
        else if (strncmp(line, "left out: ", 10) == 0)
            snprintf(outcome->left_out, sizeof outcome->left_out, "%s", line + 10);
    free(text);
    if (outcome->passed + outcome->failed == 0 || end.cause != ENDED_EXIT ||
        (end.status != 0 && outcome->failed == 0))
        fail_with(log, "the script died or checked nothing", end.status);
}

// No program of the machine is handed what crashes here: neither a compiler nor a function.
// (Where nobody may have a core file, a command's limit stays at 0. And the fence comes last:
// this process does not leave it.)
static void prove_crashes(void)
{
#if defined(__linux__)
    char log[PATH_MAX];
    static const char *const argv[] = {
        "/bin/sh", "-c", "grep -q 'core file size  *1  *1 ' /proc/self/limits", NULL};
    struct rlimit core = {.rlim_max = 1};
    getrlimit(RLIMIT_CORE, &core);
    expect(core.rlim_max < 1 || run(argv, joined(log, "%s/said.txt", folder)).status == 0,
           "a command that crashes is handed to a program");
    expect(fence_prepare() && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0,
           "a function that crashes is handed to a program");
#else
    expect(fence_prepare(), "the fence does not stand");
#endif
}

// ---- the judge -----------------------------------------------------------------------

// What the judge is asked; NULL for what is not said.
struct trial {
    const char *object, *only, *seed, *record, *by_heart;
};

static bool read_result(char *line, struct row *row)
{
    char *message = strrchr(line, '\t'); // its own tabs are escaped
    if (message == NULL ||
        sscanf(line, "%15s %63s %63s %d %d %31[^\t]", row->exercise, row->function,
               row->test, &row->points, &row->earned, row->verdict) != 6)
        return false;
    unescape(message);
    for (char *c = message; *c; c++) // lines end anywhere
        *c = *c == '\n' ? ' ' : *c;
    snprintf(row->message, sizeof row->message, "%s", message + 1);
    return row->earned == (row_passes(row) ? row->points : 0);
}

// All rows, and the line that says it is the end.
static bool read_rows(char **rest)
{
    char *line = NULL, end[32];
    judged.n_rows = 0;
    while ((line = next_line(rest)) != NULL && judged.n_rows < MAX_CHAPTER_ROWS &&
           read_result(line, &judged.rows[judged.n_rows]))
        judged.n_rows++;
    snprintf(end, sizeof end, "end\t%zu", judged.n_rows);
    return line != NULL && strcmp(line, end) == 0 && judged.n_rows > 0;
}

static bool read_results(const char *path)
{
    char *text = read_text(path), *rest = text;
    const bool whole = read_rows(&rest);
    free(text);
    return whole;
}

// Of a function's test, or of its first one.
static const struct row *row_of(const struct chapter *chapter, const char *function,
                                const char *test)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].function, function) == 0 &&
            (test == NULL || strcmp(chapter->rows[i].test, test) == 0))
            return &chapter->rows[i];
    return NULL;
}

// To `judged`. False, and a failure, if the judge died or its results are not whole.
static bool judge(struct trial trial)
{
    char tests[PATH_MAX], log[PATH_MAX], results[PATH_MAX], text[6][PATH_MAX];
    const char *argv[8] = {joined(tests, "%s/tests/%s", build, job->chapter->name)};
    const char *const options[][2] = {
        {"results", joined(results, "%s/results.tsv", folder)},
        {"submission", trial.object},
        {"only", trial.only},
        {"record", trial.record},
        {"by-heart", trial.by_heart},
        {"wrong", trial.by_heart != NULL ? "" : NULL}, // no mistake has to be named
    };
    for (size_t i = 0, n = 1; i < sizeof options / sizeof *options; i++)
        if (options[i][1] != NULL)
            argv[n++] = joined(text[i], "--%s=%s", options[i][0], options[i][1]);
    setenv("SEED", trial.seed != NULL ? trial.seed : "1", 1);
    remove(results);
    const struct ending end = run(argv, joined(log, "%s/judge.txt", folder));
    const bool is_whole = read_results(results);
    bool all = true;
    for (size_t i = 0; i < judged.n_rows; i++)
        all = all && row_passes(&judged.rows[i]);
    const bool good = is_whole && end.cause == ENDED_EXIT && end.status == !all &&
                      (trial.only != NULL || judged.n_rows == job->chapter->n_rows);
    if (!good)
        fail_with(log, "the judge died, or its results are not whole", end.status);
    return good;
}

// Failed, and not by the judge's own fault.
static bool is_failed(const struct row *row)
{
    return !row_passes(row) && strcmp(row->verdict, "grader error") != 0;
}

static bool is_unwritten(const struct row *row)
{
    return strcmp(row->verdict, "not written") == 0;
}

static void must(const struct row *row, bool holds, const char *what)
{
    if (holds)
        job->outcome->passed++;
    else
        fail("%s/%s must %s; it is \"%s\": %s", row->function, row->test, what,
             row->verdict, row->message);
}

static void all_must(bool (*hold)(const struct row *), const char *what)
{
    for (size_t i = 0; i < judged.n_rows; i++)
        must(&judged.rows[i], hold(&judged.rows[i]), what);
}

// The solutions pass every test, whatever the seed. Who has learnt their answers for three
// seeds by heart passes nearly all under one of these, and nothing under another.
static void prove_solutions(void)
{
    static const char *const seeds[] = {"1", "2", "kept at home"};
    char learnt[PATH_MAX];
    size_t passed = 0;
    joined(learnt, "%s/learnt", folder);
    for (size_t i = 0; i < 3; i++)
        if (judge(
                (struct trial){.object = job->path, .seed = seeds[i], .record = learnt}))
            all_must(row_passes, "pass");
    judge((struct trial){.seed = seeds[2], .by_heart = learnt});
    for (size_t i = 0; i < judged.n_rows; i++)
        passed += row_passes(&judged.rows[i]);
    expect(10 * passed >= 9 * judged.n_rows, "who knows all by heart passes too little");
    if (judge((struct trial){.seed = "another", .by_heart = learnt}))
        all_must(is_failed, "not be passed by heart");
}

// The untouched stubs fail every test, as not written.
static void prove_stubs(void)
{
    if (judge((struct trial){.object = job->path}))
        all_must(is_unwritten, "fail as not written");
}

// A sanitizer has its own ways to end what goes wrong, and words for it.
static bool is_sanitized(void)
{
    return strstr(course_flags(), "-fsanitize=") != NULL;
}

// The test that a wrong answer names fails, and says what is foretold. An honest mistake is
// never said to have asked the system for something.
static bool is_foretold(const struct row *row, const char *words)
{
    return is_failed(row) && *words && strstr(row->message, "asked the system") == NULL &&
           ((is_sanitized() && strcmp(row->verdict, "wrong") != 0) ||
            strstr(row->message, words) != NULL);
}

static void look_at_answer(const struct job *answer)
{
    char what[512];
    const bool right = strcmp(answer->part, "right") == 0;
    snprintf(what, sizeof what, "(%s) %s%s%s", answer->name,
             right ? "pass" : "fail and say \"", right ? "" : answer->words,
             right ? "" : "\"");
    for (size_t i = 0; i < judged.n_rows; i++)
        must(&judged.rows[i],
             right ? row_passes(&judged.rows[i])
                   : is_foretold(&judged.rows[i], answer->words),
             what);
}

// A name is looked for where there is one to be found (who makes another's mistake may be
// told that one's words), and in each test at least once.
static bool looks_for_name(const struct job *answer)
{
    bool is_tried = false;
    for (const struct job *j = jobs; !answer->has_name && j < jobs + n_jobs; j++) {
        if (!j->has_name || j->chapter != answer->chapter ||
            strcmp(j->function, answer->function) != 0)
            continue;
        if (strstr(j->words, answer->words) != NULL)
            return true;
        is_tried = is_tried || strcmp(j->test, answer->test) == 0;
    }
    return !is_tried;
}

// What is asked of each: all tests of its exercise, or the one that it names.
static void write_list(const char *path)
{
    FILE *list = fopen(path, "w");
    for (const struct job *j = job; list != NULL && j != NULL; j = j->with) {
        const bool right = strcmp(j->part, "right") == 0;
        const struct row *row = row_of(j->chapter, j->function, right ? NULL : j->test);
        if (row == NULL)
            fail("%s does not say which test it is for", j->name);
        else
            fprintf(list, "%s %s%s%s %s\n", j->name, row->exercise, right ? "" : "/",
                    right ? "" : row->test, looks_for_name(j) ? "named" : "unnamed");
    }
    if (list == NULL || fclose(list) != 0)
        fail("cannot write %s", path);
}

// Some answers of one library, each by itself, in one process: to start it takes longer
// than most of them.
static void prove_answers(void)
{
    char tests[PATH_MAX], list[PATH_MAX], results[PATH_MAX], log[PATH_MAX];
    char text[3][PATH_MAX];
    const char *const argv[] = {
        joined(tests, "%s/tests/%s", build, job->chapter->name),
        joined(text[0], "--submission=%s", job->path),
        joined(text[1], "--list=%s", joined(list, "%s/list.txt", folder)),
        joined(text[2], "--results=%s", joined(results, "%s/results.tsv", folder)), NULL};
    write_list(list);
    setenv("SEED", "1", 1);
    const struct ending end = run(argv, joined(log, "%s/judge.txt", folder));
    char *said = read_text(results), *rest = said;
    for (const struct job *j = job; j != NULL; j = j->with)
        if (read_rows(&rest))
            look_at_answer(j);
        else
            fail_with(log, "the judge died, or its results are not whole", end.status);
    free(said);
}

// ---- attacks -------------------------------------------------------------------------

// Compiled as a class is, quickly, unless OPT= says otherwise.
static struct build build_in(const char *of, const struct chapter *chapter)
{
    static char flags[4096];
    snprintf(flags, sizeof flags, "%s %s", course_flags(), environment("QUICK_OPT", ""));
    return (struct build){.name = "answer",
                          .chapter = chapter->name,
                          .folder = of,
                          .flags = flags,
                          .cpu_seconds = 1};
}

// The solutions of a chapter, weak, so that what is linked before them comes first:
// SCRATCH/NN_name/answer.o.
static void build_victim(const struct chapter *chapter)
{
    char of[PATH_MAX], source[PATH_MAX], flags[4200], says[4096];
    struct build weak = build_in(joined(of, "%s/%s", scratch, chapter->name), chapter);
    snprintf(flags, sizeof flags, "%s -DJUDGED=__attribute__((weak))", weak.flags);
    weak.flags = flags;
    weak.cpu_seconds = 60;
    if (mkdir(of, 0755) != 0 && errno == EEXIST)
        return;
    joined(source, "solutions/%s.c", chapter->name);
    if (submission_compile(&weak, source) == BUILT)
        return;
    submission_log(of, says, sizeof says);
    give_up("cannot build %s:\n%s", source, says);
}

// Scores nothing, and one of the messages holds the words. The judge is never at fault, and
// the other exercises are unharmed.
static void look_at_attack(void)
{
    bool said = fence_level()[0] != 's' || is_sanitized(); // other things stop it
    const char *example = "nothing";
    for (size_t i = 0; i < judged.n_rows; i++) {
        const struct row *row = &judged.rows[i];
        if (strcmp(job->function, "all") != 0 &&
            strcmp(job->function, row->function) != 0) {
            must(row, row_passes(row), "be unharmed");
            continue;
        }
        must(row, is_failed(row), "fail, and not by the grader's fault");
        said = said || strstr(row->message, job->words) != NULL;
        example = row->message;
    }
    if (said)
        job->outcome->passed++;
    else
        fail("it must say \"%s\", and says: %s", job->words, example);
}

// As `ulimit -s unlimited` does, where that may be had.
static void lift_stack_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_STACK, &limit);
    }
}

static const char *which_tests(char *only)
{
    const struct row *row = row_of(job->chapter, job->function, NULL);
    if (job->whole || row == NULL)
        return NULL;
    return joined(only, job->briefly ? "%s/%s" : "%s", row->exercise, row->test);
}

// Or it does not build, with these words of the compiler's.
static void prove_attack(void)
{
    char log[PATH_MAX], object[PATH_MAX], victim[PATH_MAX], only[PATH_MAX];
    const char *const objects[] = {
        joined(victim, "%s/%s/answer.o", scratch, job->chapter->name), NULL};
    const struct build its = build_in(folder, job->chapter);
    const bool built = submission_build_with(&its, job->path, objects) == BUILT;
    const bool must_build = strcmp(job->function, "does not build") != 0;
    char *said = read_text(joined(log, "%s/build.log", folder));
    if (built != must_build ||
        (!built && strstr(said != NULL ? said : "", job->words) == NULL))
        fail_with(log, "it builds or not, or the compiler has other words", built);
    else
        job->outcome->passed++;
    free(said);
    if (job->endless)
        lift_stack_limit();
    if (strstr(job->words, "s of processor time") != NULL)
        setenv("JUDGE_PART_OF_TIME", "0.25", 1);
    if (built && judge((struct trial){.object = joined(object, "%s/answer.so", folder),
                                      .only = which_tests(only)}))
        look_at_attack();
}

// ---- what there is to do -------------------------------------------------------------

static void new_job(struct job new)
{
    if (n_jobs == MAX_JOBS)
        give_up("more than %d things to prove", MAX_JOBS);
    jobs[n_jobs++] = new;
}

// What make has built of it: build/KIND/NN_name.so.
static const char *object_of(char *path, const char *kind, const struct chapter *chapter)
{
    return joined(path, "%s/%s/%s.so", build, kind, chapter->name);
}

// The answers that a library lists: each is a job. (That there are enough, prove_counts.)
static void read_answers(const struct chapter *chapter, const char *kind)
{
    char at[PATH_MAX];
    void *library = dlopen(object_of(at, kind, chapter), RTLD_NOW | RTLD_LOCAL);
    const struct answer **last = library != NULL ? dlsym(library, "judge_answers") : NULL;
    const char *path = last != NULL ? strdup(at) : NULL;
    for (const struct answer *a = last != NULL ? *last : NULL; a != NULL; a = a->next) {
        const bool right = strcmp(a->kind, "right") == 0;
        new_job((struct job){.part = right ? "right" : "wrong",
                             .prove = prove_answers,
                             .name = a->name,
                             .chapter = chapter,
                             .path = path,
                             .function = a->function,
                             .test = a->test,
                             .words = a->says,
                             .has_name = strcmp(a->kind, "wrong") == 0});
    }
}

static void expect_at_least(int least, const char *part, const struct row *row,
                            const char *test)
{
    int found = 0;
    for (size_t j = 0; j < n_jobs; j++)
        found += strcmp(jobs[j].part, part) == 0 && jobs[j].chapter == job->chapter &&
                 strcmp(jobs[j].function, row->function) == 0 &&
                 (test == NULL || strcmp(jobs[j].test, test) == 0);
    if (found >= least)
        job->outcome->passed++;
    else
        fail("%d %s answers for %s %s, want %d or more", found, part, row->function,
             test != NULL ? test : "", least);
}

// What a chapter must have: 100 points, and enough answers, none of them twice. A test that
// no wrong answer must fail could be one that lets everything through.
static void prove_counts(void)
{
    const struct chapter *chapter = job->chapter;
    int points = 0;
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        points += row->points;
        expect_at_least(1, "wrong", row, row->test);
        if (i > 0 && strcmp(row->function, row[-1].function) == 0)
            continue;
        expect_at_least(LEAST_WRONG, "wrong", row, NULL);
        expect_at_least(LEAST_RIGHT, "right", row, NULL);
    }
    expect(points == POINTS_A_CHAPTER, "its points in tests/points.tsv are not 100");
    for (const struct job *a = jobs; a < jobs + n_jobs; a++)
        for (const struct job *b = jobs; b < a && a->chapter == chapter; b++)
            if (b->chapter == chapter && a->test != NULL && b->test != NULL &&
                strcmp(a->name, b->name) == 0)
                fail("there are two answers %s", a->name);
}

// The rows of the table of points that belong to a chapter: "1.3" to chapter 1. (That each
// has its test, and each test its row, the judge finds out; that the exercises are those of
// the chapter, files.sh.)
static void read_points(struct chapter *chapter)
{
    char *text = read_text("tests/points.tsv"), *rest = text, *line = next_line(&rest);
    while ((line = next_line(&rest)) != NULL) {
        struct row row = {.points = -1};
        if (atoi(line) != atoi(chapter->name))
            continue;
        if (sscanf(line, "%15s %63s %63s %d", row.exercise, row.function, row.test,
                   &row.points) != 4 ||
            row.points < 1 || row_of(chapter, row.function, row.test) != NULL ||
            chapter->n_rows == MAX_CHAPTER_ROWS)
            give_up("tests/points.tsv: \"%s\" is no row, or there twice, or one too many",
                    line);
        chapter->rows[chapter->n_rows++] = row;
    }
    free(text);
}

static void read_chapter(const char *path)
{
    struct chapter *chapter = &chapters[n_chapters++];
    if (sscanf(path, "chapters/%63[a-z0-9_].c", chapter->name) != 1 ||
        n_chapters == MAX_CHAPTERS)
        give_up("%s: a chapter is called NN_name.c, and there are fewer than %d", path,
                MAX_CHAPTERS);
    char right[PATH_MAX], stubs[PATH_MAX];
    struct stat text;
    if (stat(path, &text) != 0)
        give_up("cannot read %s: %s", path, strerror(errno));
    read_points(chapter);
    const struct {
        const char *part;
        void (*prove)(void);
        const char *path;
    } parts[] = {
        {"programs", prove_by_script, "tests/proof/program.sh"},
        {"alone", prove_by_script, "tests/proof/alone.sh"},
        {"solutions", prove_solutions, strdup(object_of(right, "right", chapter))},
        {"stubs", prove_stubs, strdup(object_of(stubs, "check", chapter))},
        {"counts", prove_counts, NULL},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        new_job((struct job){.part = parts[i].part,
                             .name = chapter->name,
                             .prove = parts[i].prove,
                             .chapter = chapter,
                             .path = parts[i].path,
                             .is_program = i == 0,
                             .text = text.st_size});
    read_answers(chapter, "right");
    read_answers(chapter, "wrong");
    read_answers(chapter, "honest"); // if there is one
}

// An attack's second line says what scores nothing: `// function: "words"`, `// all: "..."`
// or `// does not build: "..."`. Before the colon may stand, with commas between them,
//   (whole chapter)   it works when it is loaded, or by its names: judge all exercises
//   (one test)        it takes its time: judge the first test alone
//   (endless stack)   the judge is started from a shell that limits no stack
//   (with seccomp)    only a fence with seccomp stops it
//   (with Landlock)   only a fence around files stops it
static void read_attack(const char *path)
{
    char function[64] = "", words[256] = "", notes[64] = "", name[80] = "";
    char *text = read_text(path), *rest = text;
    next_line(&rest);
    const char *line = next_line(&rest);
    sscanf(strrchr(path, '/') + 1, "%79[a-z0-9_]", name);
    const bool read =
        line != NULL &&
        (sscanf(line, "// %63[a-z0-9_ ](%63[a-zA-Z, ]): \"%255[^\"]", function, notes,
                words) >= 2 ||
         sscanf(line, "// %63[a-z0-9_ ]: \"%255[^\"]", function, words) >= 1);
    if (*function != '\0' && function[strlen(function) - 1] == ' ')
        function[strlen(function) - 1] = '\0';
    const struct chapter *chapter = NULL;
    for (size_t i = 0; i < n_chapters; i++)
        if (row_of(&chapters[i], function, NULL) != NULL)
            chapter = &chapters[i];
    if (strcmp(function, "all") == 0 || strcmp(function, "does not build") == 0)
        chapter = &chapters[0];
    if (!read || chapter == NULL)
        give_up("%s: the second line does not say what the attack is on", path);
    else if ((strstr(notes, "with seccomp") != NULL && fence_level()[0] != 's') ||
             (strstr(notes, "with Landlock") != NULL && !sandbox_has_landlock()))
        n_attacks_left_out++;
    else
        new_job((struct job){.part = "attacks",
                             .prove = prove_attack,
                             .name = strdup(name),
                             .chapter = chapter,
                             .path = path,
                             .function = strdup(function),
                             .words = strdup(words),
                             .whole = strstr(notes, "whole chapter") != NULL,
                             .briefly = strstr(notes, "one test") != NULL,
                             .endless = strstr(notes, "endless stack") != NULL});
    free(text);
}

// An attack that cannot be a file here: a link to the solution itself.
static void attack_with_link(void)
{
    char link[PATH_MAX], path[PATH_MAX], solution[PATH_MAX];
    joined(link, "%s/link.c", scratch);
    joined(path, "solutions/%s.c", chapters[0].name);
    if (realpath(path, solution) == NULL || symlink(solution, link) != 0)
        give_up("cannot make a link to %s", path);
    new_job((struct job){.part = "attacks",
                         .prove = prove_attack,
                         .name = "link_to_the_solution",
                         .chapter = &chapters[0],
                         .path = strdup(link),
                         .function = "does not build",
                         .words = ""});
}

static void read_attacks(void)
{
    glob_t found;
    if (glob("tests/attacks/*.c", 0, NULL, &found) != 0)
        found.gl_pathc = 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_attack(strdup(found.gl_pathv[i]));
    if (found.gl_pathc < LEAST_ATTACKS)
        give_up("%zu attacks, want %d or more", found.gl_pathc, LEAST_ATTACKS);
    globfree(&found);
    attack_with_link();
}

static void read_everything(void)
{
    static const struct {
        const char *name, *path;
        bool comes_last;
    } checkers[] = {{"site", "tests/proof/site.sh", true},
                    {"grading", "tests/proof/class.sh", false},
                    {"collecting", "tests/proof/collect.sh", false},
                    {"commands", "tests/proof/commands.sh", false},
                    {"files", "tests/proof/files.sh", false},
                    {"layout", "tests/proof/layout.sh", false}};
    glob_t found;
    for (size_t i = 0; i < sizeof checkers / sizeof *checkers; i++)
        new_job((struct job){.part = "checkers",
                             .prove = prove_by_script,
                             .name = checkers[i].name,
                             .path = checkers[i].path,
                             .comes_last = checkers[i].comes_last});
    if (glob("chapters/[0-9][0-9]_*.c", 0, NULL, &found) != 0)
        give_up("no chapters here: run me from the root of the course");
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_chapter(found.gl_pathv[i]);
    globfree(&found);
    read_attacks();
    new_job((struct job){.part = "attacks", .name = "crashes", .prove = prove_crashes});
}

// ---- doing it ------------------------------------------------------------------------

static void do_job(void)
{
    joined(folder, "%s/%s.%s.%s", scratch, job->part,
           job->chapter != NULL ? job->chapter->name : "of-all", job->name);
    if (mkdir(folder, 0755) != 0)
        fail("cannot make the folder %s: %s", folder, strerror(errno));
    job->prove();
    if (job->outcome->failed == 0)
        remove_folder(folder); // what failed stays, to be looked at
    job->outcome->done = true;
}

static bool is_named(const struct job *named, int n_names, char *const names[])
{
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], named->part) == 0 || strcmp(names[i], named->name) == 0 ||
            (named->chapter != NULL && named->prove != prove_attack &&
             strcmp(names[i], named->chapter->name) == 0))
            return true;
    return n_names == 0;
}

// Answers of one library that stand side by side are proved together, a few at a time.
static void join_answers(void)
{
    enum { TOGETHER = 16 };
    struct job *last = NULL;
    int n = 0;
    for (struct job *j = jobs; j < jobs + n_jobs; j++) {
        if (!j->wanted || j->prove != prove_answers)
            continue;
        n = last != NULL && last->path == j->path && n < TOGETHER ? n + 1 : 1;
        if (n > 1) {
            last->with = j;
            j->wanted = false;
            n_wanted--;
        }
        last = j;
    }
}

// What is named, and the programs where something that is named comes after them.
static void choose_jobs(int n_names, char *const names[])
{
    bool with_programs = false;
    for (size_t j = 0; j < n_jobs; j++) {
        jobs[j].wanted = is_named(&jobs[j], n_names, names);
        with_programs = with_programs || (jobs[j].wanted && jobs[j].comes_last);
    }
    for (size_t j = 0; j < n_jobs; j++) {
        jobs[j].wanted = jobs[j].wanted || (with_programs && jobs[j].is_program);
        n_wanted += jobs[j].wanted;
        if (jobs[j].wanted && jobs[j].prove == prove_attack)
            build_victim(jobs[j].chapter);
    }
    if (n_wanted == 0)
        give_up("there is nothing called %s to prove", names[0]);
    join_answers();
}

// On a terminal one line changes.
static void count(const struct job *ended, size_t n_done, int total[2])
{
    struct outcome *outcome = ended->outcome;
    const char *clear = isatty(STDOUT_FILENO) ? "\r\033[K" : "";
    job = ended;
    if (!outcome->done || outcome->passed + outcome->failed == 0)
        fail("nothing was proved: the process that should have died on the way");
    total[0] += outcome->passed;
    total[1] += outcome->failed;
    for (const struct job *j = jobs; *outcome->left_out && j < jobs + n_jobs; j++)
        if (j == ended || strcmp(j->outcome->left_out, outcome->left_out) == 0) {
            if (j == ended) // the first to say so
                printf("%sleft out: %s\n", clear, outcome->left_out);
            break;
        }
    if (outcome->failed > 0)
        printf("%sFAILED %s %s\n%s\n", clear, ended->part, ended->name, outcome->text);
    if (*clear)
        printf("%s[%zu/%zu] %s %s\r", clear, n_done, n_wanted, ended->part, ended->name);
    fflush(stdout);
}

static double now(void)
{
    static struct timespec began;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (began.tv_sec == 0)
        began = t;
    return (double)(t.tv_sec - began.tv_sec) + 1e-9 * (double)(t.tv_nsec - began.tv_nsec);
}

static void start(struct job *new)
{
    fflush(NULL);
    new->outcome->started = now();
    new->worker = fork();
    if (new->worker < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (new->worker == 0) {
        job = new;
        do_job();
        _exit(0);
    }
}

// Programs before all else, since they take longest, and of these the one with the longest
// chapter, which as a rule runs longest, so that they end together; then the site, which needs
// all of them, then in the order of the list; but attacks, of which some use up all the time
// that they are given, before answers.
static struct job *next_job(size_t n_programs)
{
    struct job *next = NULL;
    for (struct job *j = jobs; j < jobs + n_jobs; j++) {
        if (!j->wanted || j->worker != 0 || (j->comes_last && n_programs > 0))
            continue;
        if (j->comes_last)
            return j;
        if (j->is_program) {
            if (next == NULL || !next->is_program || j->text > next->text)
                next = j;
        } else if (next == NULL ||
                   (next->prove == prove_answers && j->prove == prove_attack))
            next = j;
    }
    return next;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static const struct job *wait_for_one(void)
{
    for (;;) {
        struct rusage used;
        int status;
        const pid_t ended = wait4(-1, &status, 0, &used);
        if (ended < 0)
            give_up("lost a process: %s", strerror(errno));
        struct job *j = jobs;
        while (j < jobs + n_jobs && j->worker != ended)
            j++;
        if (j == jobs + n_jobs)
            continue;
        j->worker = -1;
        if (getenv("PROVE_TIMES") != NULL)
            printf("%6.2f s of processor time, %6.2f to %6.2f s, %d passed: %s %s\n",
                   seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
                   j->outcome->started, now(), j->outcome->passed, j->part, j->name);
        return j;
    }
}

// The programs print times, which the site shows. One after the other they would take longer
// than all the rest, so each has a processor to itself, and while one of them runs there is
// one process a processor; then there is one more, since some wait for a child or a file.
// With JOBS=N there are N, no more.
static void do_jobs(int total[2])
{
    long processors = atol(environment("JOBS", "0")), running = 0;
    const bool asked = processors > 0;
    size_t n_programs = 0;
    if (!asked)
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (size_t j = 0; j < n_jobs; j++)
        n_programs += jobs[j].wanted && jobs[j].is_program;
    for (size_t n_done = 0; n_done < n_wanted;) {
        struct job *next;
        while (running < processors + (!asked && n_programs == 0) &&
               (next = next_job(n_programs)) != NULL) {
            start(next);
            running++;
        }
        const struct job *ended = wait_for_one();
        running--;
        n_programs -= ended->is_program;
        count(ended, ++n_done, total);
    }
}

static void find_folders(void)
{
    char points[PATH_MAX];
    if (realpath(environment("BUILD", "build"), build) == NULL ||
        realpath("tests/points.tsv", points) == NULL)
        give_up("nothing is built here: `make test` does it");
    joined(scratch, "%s/prove.d", build);
    remove_folder(scratch);
    if (mkdir(scratch, 0755) != 0)
        give_up("cannot make the folder %s: %s", scratch, strerror(errno));
    unsetenv("SUBMISSION");
    setenv("POINTS", points, 1);
    setenv("JUDGE_JOBS", "1", 1); // it is we who do things side by side
}

static void share_outcomes(void)
{
    struct outcome *outcomes =
        mmap(NULL, n_jobs * sizeof *outcomes, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcomes == MAP_FAILED)
        give_up("no memory: %s", strerror(errno));
    for (size_t j = 0; j < n_jobs; j++)
        jobs[j].outcome = &outcomes[j];
}

// Whose exercises are written sees what is asked of empty ones fail: no fault of the course.
static void speak_of_own_work(void)
{
    if (system("git diff --quiet HEAD -- chapters 2>/dev/null; [ $? -eq 1 ]") == 0)
        puts("Some chapters are not as they came, and what is written in them was proved "
             "with "
             "the rest. make checkN looks at exercises; a fresh copy proves the course.");
}

int main(int argc, char *argv[])
{
    int total[2] = {0, 0}; // passed, failed
    setvbuf(stdout, NULL, _IOLBF, 0);
    fence_try();
    find_folders();
    read_everything();
    choose_jobs(argc - 1, argv + 1);
    share_outcomes();
    do_jobs(total);
    if (n_attacks_left_out > 0)
        printf("%zu attacks left out: this machine cannot fence %s.\n",
               n_attacks_left_out,
               sandbox_has_landlock() ? "system calls (seccomp)" : "files (Landlock)");
    if (total[1] == 0)
        remove_folder(scratch);
    else
        speak_of_own_work();
    printf("%s%d passed, %d failed\n", isatty(STDOUT_FILENO) ? "\r\033[K" : "", total[0],
           total[1]);
    return total[1] == 0 ? 0 : 1;
}
