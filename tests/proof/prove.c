// Proves the tests: `make test` runs this from the root of the course when all is built.
//
//     build/prove                  all of it
//     build/prove attacks          one part: programs, checkers, alone, solutions, stubs,
//                                  right, wrong or attacks
//     build/prove 01_lookup        one chapter: what to run while one writes it
//     build/prove mark_before      one answer, attack or checker by its name
//
// JOBS=1 does one thing at a time, PROVE_TIMES=1 says what each took. What must be there is
// read from the files themselves, and whatever does not parse, is missing, dies or says
// nothing has failed. The last line is "N passed, N failed".
#include "answers.h"
#include "command.h"
#include "sandbox.h"
#include "submission.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
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
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

// Fewer than these is a failure: tests that nothing attacks prove little.
enum { LEAST_WRONG = 6, LEAST_RIGHT = 2, LEAST_ATTACKS = 30, POINTS_A_CHAPTER = 100 };
enum { MAX_CHAPTERS = 32, MAX_JOBS = 8192 };

// Written by the process that does a job, read by the one that counts.
struct outcome {
    bool done;
    int passed, failed;
    char text[6000], left_out[400];
};

// One thing to prove. `function` and `test` say what must fail (or, of a right answer, which
// exercise it is), `words` what the message must hold.
struct job {
    const char *part, *name;
    void (*prove)(struct outcome *, const struct job *, const char *folder);
    const struct chapter *chapter; // or NULL
    const char *path;              // what is judged or compiled, or a command
    const char *function, *test, *words;
    bool whole;                  // an attack on all exercises of its chapter,
    bool briefly;                // or on the first test of one
    bool is_program, comes_last; // when the programs have run
    bool wanted;
    struct outcome *outcome;
    pid_t worker; // 0: not started
};

static struct chapter chapters[MAX_CHAPTERS];
static size_t n_chapters, n_jobs, n_wanted, n_attacks_left_out;
static struct job jobs[MAX_JOBS];
// Absolute: the folder for what is built here, and what make has built.
static char scratch[PATH_MAX], build[PATH_MAX];

// ---- saying what happened ------------------------------------------------------------

static void give_up(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));
static void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("prove: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void fail(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void fail(struct outcome *outcome, const char *format, ...)
{
    size_t used = strlen(outcome->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(outcome->text + used, sizeof outcome->text - used, format, arguments);
    va_end(arguments);
    used = strlen(outcome->text);
    snprintf(outcome->text + used, sizeof outcome->text - used, "\n");
    outcome->failed++;
}

// ---- running a command ---------------------------------------------------------------

// Standard output and error go to `log`; a setting is "NAME=value". Whatever outlives the
// command goes with it.
static struct ending run(const char *const *argv, const char *log,
                         const char *const *settings, double seconds)
{
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (child > 0)
        return wait_with_deadline(child, seconds, seconds);
    const int in = open("/dev/null", O_RDONLY),
              out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    setsid();
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    for (size_t i = 0; settings[i] != NULL; i++)
        putenv((char *)(size_t)settings[i]);
    execvp(argv[0], (char *const *)(size_t)argv);
    _exit(127);
}

static void fail_with(struct outcome *outcome, const char *log, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void fail_with(struct outcome *outcome, const char *log, const char *format, ...)
{
    char says[512];
    char *text = read_text(log);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(says, sizeof says, format, arguments);
    va_end(arguments);
    fail(outcome, "%s:\n%.2000s", says, text != NULL ? text : "");
    free(text);
}

// A script that prints lines "ok NAME", "not ok NAME: why" and "left out: what".
static void prove_by_script(struct outcome *outcome, const struct job *job,
                            const char *folder)
{
    char log[PATH_MAX];
    joined(log, "%s/said.txt", folder);
    const char *const argv[] = {"/bin/sh", job->path,
                                job->chapter != NULL ? job->chapter->name : NULL, NULL};
    const char *const settings[] = {NULL};
    const struct ending end = run(argv, log, settings, 600);
    char *text = read_text(log), *rest = text, *line;
    while ((line = next_line(&rest)) != NULL)
        if (strncmp(line, "ok ", 3) == 0)
            outcome->passed++;
        else if (strncmp(line, "not ok ", 7) == 0)
            fail(outcome, "%s", line + 7);
        else if (strncmp(line, "left out: ", 10) == 0)
            snprintf(outcome->left_out, sizeof outcome->left_out, "%s", line);
    free(text);
    if (outcome->passed + outcome->failed == 0 || end.cause != ENDED_EXIT ||
        (end.status != 0 && outcome->failed == 0))
        fail_with(outcome, log, "`sh %s` died (%d) or checked nothing", job->path,
                  end.status);
}

// ---- the judge -----------------------------------------------------------------------

// What the judge is asked; NULL for what is not said.
struct trial {
    const char *object, *answer, *only, *seed, *record, *by_heart;
};

static bool read_result(char *line, struct row *row)
{
    int end = 0;
    char *message = strrchr(line, '\t'); // tabs of the message are escaped
    if (message == NULL ||
        sscanf(line, "%15s %63s %63s %d %d %31[^\t]%n", row->exercise, row->function,
               row->test, &row->points, &row->earned, row->verdict, &end) != 6 ||
        line + end != message)
        return false;
    unescape(message + 1);
    for (char *c = message; *c; c++) // lines end anywhere
        *c = *c == '\n' ? ' ' : *c;
    snprintf(row->message, sizeof row->message, "%s", message + 1);
    return row->earned == (row_passes(row) ? row->points : 0);
}

// All rows, and the line that says it is the end.
static bool read_results(const char *path, struct chapter *judged)
{
    char *text = read_text(path), *rest = text, *line = NULL, end[32] = "";
    judged->n_rows = 0;
    while ((line = next_line(&rest)) != NULL && strncmp(line, "end\t", 4) != 0 &&
           judged->n_rows < MAX_CHAPTER_ROWS)
        if (!read_result(line, &judged->rows[judged->n_rows++]))
            break;
    snprintf(end, sizeof end, "end\t%zu", judged->n_rows);
    const bool whole = line != NULL && strcmp(line, end) == 0 && judged->n_rows > 0;
    free(text);
    return whole;
}

static const char *option(char *text, const char *name, const char *value)
{
    return value != NULL ? joined(text, "--%s=%s", name, value) : NULL;
}

// False, and a failure, if the judge died or its results are not whole.
static bool judge(struct outcome *outcome, const struct job *job, const char *folder,
                  struct trial trial, struct chapter *judged)
{
    char tests[PATH_MAX], log[PATH_MAX], results[PATH_MAX], seed[128], text[6][PATH_MAX];
    const char *argv[8] = {joined(tests, "%s/tests/%s", build, job->chapter->name)};
    const char *const given[] = {
        option(text[0], "results", joined(results, "%s/results.tsv", folder)),
        option(text[1], "submission", trial.object),
        option(text[2], "answer", trial.answer),
        option(text[3], "only", trial.only),
        option(text[4], "record", trial.record),
        option(text[5], "by-heart", trial.by_heart),
    };
    for (size_t i = 0, n = 1; i < sizeof given / sizeof *given; i++)
        if (given[i] != NULL)
            argv[n++] = given[i];
    snprintf(seed, sizeof seed, "SEED=%s", trial.seed != NULL ? trial.seed : "1");
    const char *const settings[] = {seed, NULL};
    remove(results);
    const struct ending end =
        run(argv, joined(log, "%s/judge.txt", folder), settings, 300);
    const bool is_whole = read_results(results, judged);
    bool all = true;
    for (size_t i = 0; i < judged->n_rows; i++)
        all = all && row_passes(&judged->rows[i]);
    const bool good = is_whole && end.cause == ENDED_EXIT && end.status == !all &&
                      (trial.only != NULL || judged->n_rows == job->chapter->n_rows);
    if (!good)
        fail_with(outcome, log, "the judge died (%d) or its results are not whole",
                  end.status);
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

static void must(struct outcome *outcome, const struct row *row, bool holds,
                 const char *what)
{
    if (holds)
        outcome->passed++;
    else
        fail(outcome, "%s/%s must %s; it is \"%s\": %s", row->function, row->test, what,
             row->verdict, row->message);
}

static void must_all(struct outcome *outcome, const struct chapter *judged,
                     bool (*holds)(const struct row *), const char *what)
{
    for (size_t i = 0; i < judged->n_rows; i++)
        must(outcome, &judged->rows[i], holds(&judged->rows[i]), what);
}

// The solutions pass every test, whatever the seed. Who has learnt their answers for three
// seeds by heart passes nearly all under one of these, and nothing under another.
static void prove_solutions(struct outcome *outcome, const struct job *job,
                            const char *folder)
{
    static struct chapter judged;
    char learnt[PATH_MAX];
    struct trial trial = {.object = job->path,
                          .record = joined(learnt, "%s/learnt", folder)};
    for (int seed = 1; seed <= 3; seed++) {
        trial.seed = (const char *const[]){"1", "2", "kept at home"}[seed - 1];
        if (judge(outcome, job, folder, trial, &judged))
            must_all(outcome, &judged, row_passes, "pass");
    }
    const struct trial known = {.seed = trial.seed, .by_heart = learnt},
                       unknown = {.seed = "another", .by_heart = learnt};
    size_t passed = 0;
    judge(outcome, job, folder, known, &judged);
    for (size_t i = 0; i < judged.n_rows; i++)
        passed += row_passes(&judged.rows[i]);
    if (10 * passed < 9 * judged.n_rows)
        fail(outcome, "by heart only %zu tests are passed under a known seed", passed);
    if (judge(outcome, job, folder, unknown, &judged))
        must_all(outcome, &judged, is_failed, "not be passed by heart");
}

// The untouched stubs fail every test, as not written.
static void prove_stubs(struct outcome *outcome, const struct job *job,
                        const char *folder)
{
    static struct chapter judged;
    if (judge(outcome, job, folder, (struct trial){.object = job->path}, &judged))
        must_all(outcome, &judged, is_unwritten, "fail as not written");
}

static const char *exercise_of(const struct chapter *chapter, const char *function)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].function, function) == 0)
            return chapter->rows[i].exercise;
    return NULL;
}

static void prove_right(struct outcome *outcome, const struct job *job,
                        const char *folder)
{
    static struct chapter judged;
    const struct trial trial = {.object = job->path,
                                .answer = job->name,
                                .only = exercise_of(job->chapter, job->function)};
    if (judge(outcome, job, folder, trial, &judged))
        must_all(outcome, &judged, row_passes, "pass");
}

// The test that it names fails, and says what is foretold. An honest mistake is never said
// to have asked the system for something.
static void prove_wrong(struct outcome *outcome, const struct job *job,
                        const char *folder)
{
    static struct chapter judged;
    char only[PATH_MAX], what[512];
    const struct trial trial = {
        .object = job->path,
        .answer = job->name,
        .only =
            joined(only, "%s/%s", exercise_of(job->chapter, job->function), job->test)};
    if (!judge(outcome, job, folder, trial, &judged))
        return;
    const struct row *row = &judged.rows[0];
    snprintf(what, sizeof what, "fail and say \"%s\"", job->words);
    must(outcome, row,
         is_failed(row) && strstr(row->message, job->words) != NULL &&
             strstr(row->message, "asked the system") == NULL,
         what);
}

// ---- attacks -------------------------------------------------------------------------

static struct build build_of(const struct job *job, const char *folder)
{
    return (struct build){.name = "answer",
                          .chapter = job->chapter->name,
                          .folder = folder,
                          .flags = course_flags(),
                          .cpu_seconds = 2};
}

// The solutions of a chapter, weak, so that what is linked before them comes first:
// SCRATCH/NN_name/answer.o.
static void build_victim(const struct chapter *chapter)
{
    const struct job job = {.chapter = chapter};
    char folder[PATH_MAX], source[PATH_MAX], flags[4096], says[4096];
    struct build weak = build_of(&job, joined(folder, "%s/%s", scratch, chapter->name));
    snprintf(flags, sizeof flags, "%s -DJUDGED=__attribute__((weak))", course_flags());
    weak.flags = flags;
    weak.cpu_seconds = 60;
    if (mkdir(folder, 0755) != 0 && errno == EEXIST)
        return;
    if (submission_compile(&weak, joined(source, "solutions/%s.c", chapter->name)) ==
        BUILT)
        return;
    submission_log(folder, says, sizeof says);
    give_up("cannot build %s:\n%s", source, says);
}

static bool is_of(const struct row *row, const char *function)
{
    return strcmp(function, "all") == 0 || strcmp(row->function, function) == 0;
}

// Other words will do for an attack that other things stop: the fallback for seccomp, or a
// sanitizer, which has its own ways.
static bool any_words_will_do(void)
{
    return fence_level()[0] != 's' || strstr(course_flags(), "-fsanitize=") != NULL;
}

// Scores nothing, and one of the messages holds the words. The judge is never at fault, and
// the other exercises are unharmed.
static void look_at_attack(struct outcome *outcome, const struct job *job,
                           const struct chapter *judged)
{
    bool said = any_words_will_do();
    const char *example = "";
    for (size_t i = 0; i < judged->n_rows; i++) {
        const struct row *row = &judged->rows[i];
        const bool attacked = is_of(row, job->function);
        must(outcome, row, attacked ? is_failed(row) : row_passes(row),
             attacked ? "fail, and not by the grader's fault" : "be unharmed");
        example = attacked ? row->message : example;
        said = said || (attacked && strstr(row->message, job->words) != NULL);
    }
    if (said)
        outcome->passed++;
    else
        fail(outcome, "nothing says \"%s\", but: %s", job->words, example);
}

// Or it does not build, with these words of the compiler's.
static void prove_attack(struct outcome *outcome, const struct job *job,
                         const char *folder)
{
    static struct chapter judged;
    char log[PATH_MAX], object[PATH_MAX], victim[PATH_MAX], only[PATH_MAX];
    const char *const objects[] = {
        joined(victim, "%s/%s/answer.o", scratch, job->chapter->name), NULL};
    const struct build its = build_of(job, folder);
    const bool built = submission_compile(&its, job->path) == BUILT &&
                       submission_link(&its, objects) == BUILT;
    const bool must_build = strcmp(job->function, "does not build") != 0;
    char *said = read_text(joined(log, "%s/build.log", folder));
    if (built != must_build ||
        (!must_build && strstr(said != NULL ? said : "", job->words) == NULL))
        fail_with(outcome, log, "it %s; want \"%s\"", built ? "builds" : "does not build",
                  job->words);
    else
        outcome->passed++;
    free(said);
    if (!built || !must_build)
        return;
    const char *exercise = exercise_of(job->chapter, job->function);
    for (size_t i = 0; i < job->chapter->n_rows && exercise != NULL; i++)
        if (strcmp(job->chapter->rows[i].exercise, exercise) == 0) {
            joined(only, job->briefly ? "%s/%s" : "%s", exercise,
                   job->chapter->rows[i].test);
            break;
        }
    const struct trial trial = {.object = joined(object, "%s/answer.so", folder),
                                .only = job->whole || exercise == NULL ? NULL : only};
    if (judge(outcome, job, folder, trial, &judged))
        look_at_attack(outcome, job, &judged);
}

// ---- what there is to do -------------------------------------------------------------

static struct job *new_job(struct job job)
{
    if (n_jobs == MAX_JOBS)
        give_up("more than %d things to prove", MAX_JOBS);
    jobs[n_jobs] = job;
    return &jobs[n_jobs++];
}

// What make has built of it: build/KIND/NN_name.so.
static const char *object_of(const char *kind, const struct chapter *chapter)
{
    char path[PATH_MAX];
    return strdup(joined(path, "%s/%s/%s.so", build, kind, chapter->name));
}

static bool has_test(const struct chapter *chapter, const char *function,
                     const char *test)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].function, function) == 0 &&
            (test == NULL || strcmp(chapter->rows[i].test, test) == 0))
            return true;
    return false;
}

// The answers that a library lists: each is a job. (That there are enough, prove_counts.)
static void read_answers(const struct chapter *chapter, const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct answer **last = library != NULL ? dlsym(library, "judge_answers") : NULL;
    for (const struct answer *a = last != NULL ? *last : NULL; a != NULL; a = a->next) {
        const bool right = strcmp(a->kind, "right") == 0;
        new_job((struct job){.part = right ? "right" : "wrong",
                             .prove = right ? prove_right : prove_wrong,
                             .name = a->name,
                             .chapter = chapter,
                             .path = path,
                             .function = a->function,
                             .test = a->test,
                             .words = a->says});
    }
}

static void expect_at_least(struct outcome *outcome, int least, const char *part,
                            const struct job *chapter, const struct row *row,
                            bool of_test)
{
    int found = 0;
    for (size_t j = 0; j < n_jobs; j++)
        found += strcmp(jobs[j].part, part) == 0 && jobs[j].chapter == chapter->chapter &&
                 strcmp(jobs[j].function, row->function) == 0 &&
                 (!of_test || strcmp(jobs[j].test, row->test) == 0);
    if (found >= least)
        outcome->passed++;
    else
        fail(outcome, "%d %s answers for %s%s%s, want %d or more", found, part,
             row->function, of_test ? "/" : "", of_test ? row->test : "", least);
}

// What a chapter must have: 100 points, answers that say what they are for, each once, and
// enough of them. A test that no wrong answer must fail could be one that lets everything
// through.
static void prove_counts(struct outcome *outcome, const struct job *job,
                         const char *folder)
{
    const struct chapter *chapter = job->chapter;
    int points = 0;
    (void)folder;
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        points += row->points;
        expect_at_least(outcome, 1, "wrong", job, row, true);
        if (i > 0 && strcmp(row->function, row[-1].function) == 0)
            continue;
        expect_at_least(outcome, LEAST_WRONG, "wrong", job, row, false);
        expect_at_least(outcome, LEAST_RIGHT, "right", job, row, false);
    }
    if (points == POINTS_A_CHAPTER)
        outcome->passed++;
    else
        fail(outcome, "%d points in tests/points.tsv, want %d", points, POINTS_A_CHAPTER);
    for (const struct job *a = jobs; a < jobs + n_jobs; a++) {
        if (a->chapter != chapter || (a->prove != prove_right && a->prove != prove_wrong))
            continue;
        if (!has_test(chapter, a->function, *a->test ? a->test : NULL) || !*a->words)
            fail(outcome, "%s does not say which test it is for, or why", a->name);
        for (const struct job *b = jobs; b < a; b++)
            if (b->chapter == chapter && strcmp(a->name, b->name) == 0)
                fail(outcome, "there are two answers %s", a->name);
    }
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
            row.points < 1 || has_test(chapter, row.function, row.test) ||
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
    read_points(chapter);
    struct job job = {.chapter = chapter, .name = chapter->name};
    const struct {
        const char *part;
        void (*prove)(struct outcome *, const struct job *, const char *);
        const char *path;
    } parts[] = {
        {"programs", prove_by_script, "tests/proof/program.sh"},
        {"alone", prove_by_script, "tests/proof/alone.sh"},
        {"solutions", prove_solutions, object_of("right", chapter)},
        {"stubs", prove_stubs, object_of("check", chapter)},
        {"counts", prove_counts, NULL},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        job.part = parts[i].part, job.prove = parts[i].prove, job.path = parts[i].path;
        job.is_program = i == 0;
        new_job(job);
    }
    read_answers(chapter, object_of("right", chapter));
    read_answers(chapter, object_of("wrong", chapter));
    read_answers(chapter, object_of("honest", chapter)); // if there is one
}

// An attack's second line says what scores nothing: `// function: "words"`, `// all: "..."`
// or `// does not build: "..."`. Before the colon may stand
//   (whole chapter)   it works when it is loaded, or by its names: judge all exercises
//   (one test)        it takes its time: judge the first test alone
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
        (sscanf(line, "// %63[a-z0-9_ ](%63[a-zA-Z ]): \"%255[^\"]", function, notes,
                words) >= 2 ||
         sscanf(line, "// %63[a-z0-9_ ]: \"%255[^\"]", function, words) >= 1);
    if (*function != '\0' && function[strlen(function) - 1] == ' ')
        function[strlen(function) - 1] = '\0';
    const struct chapter *chapter = NULL;
    for (size_t i = 0; i < n_chapters; i++)
        if (has_test(&chapters[i], function, NULL))
            chapter = &chapters[i];
    if (strcmp(function, "all") == 0 || strcmp(function, "does not build") == 0)
        chapter = &chapters[0];
    if (!read || chapter == NULL)
        give_up("%s: the second line does not say what the attack is on", path);
    else if ((strcmp(notes, "with seccomp") == 0 && fence_level()[0] != 's') ||
             (strcmp(notes, "with Landlock") == 0 && !sandbox_has_landlock()))
        n_attacks_left_out++;
    else
        new_job((struct job){.part = "attacks",
                             .prove = prove_attack,
                             .name = strdup(name),
                             .chapter = chapter,
                             .path = path,
                             .function = strdup(function),
                             .words = strdup(words),
                             .whole = strcmp(notes, "whole chapter") == 0,
                             .briefly = strcmp(notes, "one test") == 0});
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
}

// ---- doing it ------------------------------------------------------------------------

static void do_job(const struct job *job)
{
    char folder[PATH_MAX];
    struct outcome *outcome = job->outcome;
    joined(folder, "%s/%s.%s", scratch, job->part, job->name);
    if (mkdir(folder, 0755) != 0)
        fail(outcome, "cannot make the folder %s: %s", folder, strerror(errno));
    job->prove(outcome, job, folder);
    if (outcome->failed == 0)
        remove_folder(folder); // what failed stays, to be looked at
    outcome->done = true;
}

static bool is_named(const struct job *job, int n_names, char *const names[])
{
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], job->part) == 0 || strcmp(names[i], job->name) == 0 ||
            (job->chapter != NULL && strcmp(job->part, "attacks") != 0 &&
             strcmp(names[i], job->chapter->name) == 0))
            return true;
    return n_names == 0;
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
    }
    if (n_wanted == 0)
        give_up("there is nothing called %s to prove", names[0]);
}

// One line that changes, on a terminal.
static void show_progress(size_t n_done, const struct job *job)
{
    if (isatty(STDOUT_FILENO))
        printf("\r\033[K[%zu/%zu] %s %s\r", n_done, n_wanted, job->part, job->name);
    fflush(stdout);
}

static void count(const struct job *job, int total[2])
{
    struct outcome *outcome = job->outcome;
    const char *clear = isatty(STDOUT_FILENO) ? "\r\033[K" : "";
    if (!outcome->done || outcome->passed + outcome->failed == 0)
        fail(outcome, "nothing was proved: the process that should have died on the way");
    total[0] += outcome->passed;
    total[1] += outcome->failed;
    if (*outcome->left_out != '\0')
        printf("%s%s %s: %s\n", clear, job->part, job->name, outcome->left_out);
    if (outcome->failed > 0)
        printf("%sFAILED %s %s\n%s\n", clear, job->part, job->name, outcome->text);
}

static void start(struct job *job)
{
    fflush(NULL);
    job->worker = fork();
    if (job->worker < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (job->worker == 0) {
        do_job(job);
        _exit(0);
    }
}

// Programs before all else, since they take longest; then in the order of the list.
static struct job *next_job(size_t n_programs)
{
    struct job *next = NULL;
    for (size_t j = 0; j < n_jobs; j++) {
        struct job *job = &jobs[j];
        if (!job->wanted || job->worker != 0 || (job->comes_last && n_programs > 0))
            continue;
        if (job->is_program)
            return job;
        if (next == NULL || (job->comes_last && !next->comes_last))
            next = job;
    }
    return next;
}

static struct job *wait_for_one(void)
{
    for (;;) {
        struct rusage used;
        int status;
        const pid_t ended = wait4(-1, &status, 0, &used);
        if (ended < 0)
            give_up("lost a process: %s", strerror(errno));
        for (size_t j = 0; j < n_jobs; j++)
            if (jobs[j].worker == ended) {
                if (getenv("PROVE_TIMES") != NULL)
                    printf("%6.2f s of processor time: %s %s\n",
                           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                               1e-6 * (double)(used.ru_utime.tv_usec +
                                               used.ru_stime.tv_usec),
                           jobs[j].part, jobs[j].name);
                return &jobs[j];
            }
    }
}

// The programs print times, which the site shows. One after the other they would take longer
// than all the rest, so each has a processor to itself, and while one of them runs there is
// one process a processor; then there is one more, since some wait for a child or a file.
static void do_jobs(int total[2])
{
    long processors = atol(environment("JOBS", "0")), running = 0;
    size_t n_programs = 0;
    if (processors < 1)
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (size_t j = 0; j < n_jobs; j++)
        n_programs += jobs[j].wanted && jobs[j].is_program;
    for (size_t n_done = 0; n_done < n_wanted;) {
        struct job *next;
        while (running < processors + (n_programs == 0) &&
               (next = next_job(n_programs)) != NULL) {
            start(next);
            running++;
        }
        const struct job *ended = wait_for_one();
        running--;
        n_programs -= ended->is_program;
        count(ended, total);
        show_progress(++n_done, ended);
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

static struct outcome *new_outcomes(size_t n)
{
    struct outcome *outcomes = mmap(NULL, n * sizeof *outcomes, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcomes == MAP_FAILED)
        give_up("no memory: %s", strerror(errno));
    return outcomes;
}

int main(int argc, char *argv[])
{
    int total[2] = {0, 0}; // passed, failed
    setvbuf(stdout, NULL, _IOLBF, 0);
    find_folders();
    read_everything();
    choose_jobs(argc - 1, argv + 1);
    struct outcome *outcomes = new_outcomes(n_jobs);
    for (size_t j = 0; j < n_jobs; j++) {
        jobs[j].outcome = &outcomes[j];
        if (jobs[j].wanted && jobs[j].prove == prove_attack)
            build_victim(jobs[j].chapter);
    }
    do_jobs(total);
    if (n_attacks_left_out > 0)
        printf("%zu attacks left out: this machine cannot fence %s.\n",
               n_attacks_left_out,
               sandbox_has_landlock() ? "system calls (seccomp)" : "files (Landlock)");
    if (total[1] == 0)
        remove_folder(scratch);
    printf("%s%d passed, %d failed\n", isatty(STDOUT_FILENO) ? "\r\033[K" : "", total[0],
           total[1]);
    return total[1] == 0 ? 0 : 1;
}
