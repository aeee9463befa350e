// Proves the tests: `make test` runs this from the root of the course when all is built.
//
//     build/prove                  all of it
//     build/prove attacks          one part: programs, checkers, output, solutions, stubs,
//                                  attacks, right or wrong
//     build/prove 01_lookup        one chapter
//     build/prove ROW_BEFORE       one answer, attack or checker by its name
//
// What must be there is read from the files themselves, and whatever does not parse, is
// missing, dies or says nothing has failed. The last line is "N passed, N failed".
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "command.h"
#include "sandbox.h"
#include "submission.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Fewer than these is a failure: tests that nothing attacks prove little.
enum { LEAST_WRONG = 6, LEAST_RIGHT = 2, LEAST_ATTACKS = 30, POINTS_A_CHAPTER = 100 };
enum { MAX_CHAPTERS = 32, MAX_JOBS = 4096 };

enum kind {
    PROGRAMS,
    CHECKER,
    OUTPUT,
    SOLUTIONS,
    STUBS,
    ATTACKS,
    RIGHT,
    WRONG,
    LEFT_OUT,
    N_KINDS
};
static const char *const kind_names[N_KINDS] = {
    "programs", "checkers", "output", "solutions", "stubs",
    "attacks",  "right",    "wrong",  "left out",
};

// One thing to prove. `function` and `test` say what must fail (or, of a right answer,
// which exercise it is), `words` what the message must hold.
struct job {
    enum kind kind;
    const struct chapter *chapter;
    char name[80], function[64], test[64], words[128];
    const char *path;    // its source; a checker's command
    bool whole;          // judged with the whole chapter, not with its own exercise alone
    bool needs_programs; // starts when the programs have run
};

// Written by the process that does a job, read by the one that counts.
struct outcome {
    bool done;
    int passed, failed;
    char text[6000];
};

static struct chapter chapters[MAX_CHAPTERS];
static size_t n_chapters, n_jobs, n_left_out;
static struct job jobs[MAX_JOBS];
static struct outcome *outcomes;
// Absolute: the folder for what is built here, the test binaries and the table of points.
static char scratch[PATH_MAX], tests[PATH_MAX], points_table[PATH_MAX];

// ---- saying what happened ------------------------------------------------------------

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

static void expect(struct outcome *outcome, bool holds, const char *what)
{
    if (holds)
        outcome->passed++;
    else
        fail(outcome, "%s", what);
}

// ---- building ------------------------------------------------------------------------

static struct build build_of(const struct job *job, const char *folder, const char *flags)
{
    return (struct build){.name = "answer",
                          .chapter = job->chapter->name,
                          .folder = folder,
                          .flags = flags,
                          .cpu_seconds = 2};
}

// Compiles an answer that nobody trusts to FOLDER/answer.o.
static bool compile_answer(const struct job *job, const char *folder)
{
    // Wrong answers are many: at -O1 they compile in less than half the time. An OPT= that
    // was asked for is kept.
    const bool quickly = job->kind == WRONG && strcmp(environment("OPT", ""), "-O3") == 0;
    char flags[4096];
    snprintf(flags, sizeof flags, "%s%s%s%s", course_flags(), quickly ? " -O1" : "",
             job->kind == ATTACKS ? "" : " -D", job->kind == ATTACKS ? "" : job->name);
    const struct build build = build_of(job, folder, flags);
    return submission_compile(&build, job->path) == BUILT;
}

// Links it before the weak solutions and the weaker chapter, to FOLDER/answer.so.
static bool link_answer(const struct job *job, const char *folder)
{
    char solution[PATH_MAX], chapter[PATH_MAX];
    joined(solution, "%s/%s/solutions.o", scratch, job->chapter->name);
    joined(chapter, "%s/%s/stubs.o", scratch, job->chapter->name);
    const char *const objects[] = {solution, chapter, NULL};
    const struct build build = build_of(job, folder, course_flags());
    return submission_link(&build, objects) == BUILT;
}

// ---- the judge -----------------------------------------------------------------------

// Judges an object with the chapter's own test binary; `chapter` takes the results.
// `only` is an exercise, "1.3", or NULL for all that the chapter has. `fenced` is how a
// class is judged; what is not meets the judge's own fence alone, as on a desk.
static bool judge(struct outcome *outcome, const char *object, const char *folder,
                  struct chapter *chapter, const char *only, bool fenced)
{
    char test[PATH_MAX], why[4096];
    const struct judging judging = {.tests = joined(test, "%s/%s", tests, chapter->name),
                                    .object = object,
                                    .folder = folder,
                                    .only = only,
                                    .points = points_table,
                                    .fenced = fenced};
    bool judged = submission_judge(&judging, chapter, why, sizeof why);
    if (!judged)
        fail(outcome, "%s", why);
    return judged;
}

static bool is_of(const struct row *row, const char *function)
{
    return strcmp(function, "all") == 0 || strcmp(row->function, function) == 0;
}

// Every row that is not of `function` passes, and the judge itself is at fault in none.
static void expect_others_unharmed(struct outcome *outcome, const struct chapter *chapter,
                                   const char *function)
{
    bool unharmed = true;
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        bool at_fault = strcmp(row->verdict, "grader error") == 0;
        if (!at_fault && (is_of(row, function) || row_passes(row)))
            continue;
        fail(outcome, "%s/%s is \"%s\":\n%s", row->function, row->test, row->verdict,
             row->message);
        unharmed = false;
    }
    outcome->passed += unharmed;
}

static void print_rows(struct outcome *outcome, const struct chapter *chapter,
                       const char *function)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (is_of(&chapter->rows[i], function))
            fail(outcome, "%s/%s: %s\n%s", chapter->rows[i].function,
                 chapter->rows[i].test, chapter->rows[i].verdict,
                 chapter->rows[i].message);
}

// ---- the jobs ------------------------------------------------------------------------

// The solutions pass every test; the untouched stubs fail every one, as not written.
static void prove_ours(struct outcome *outcome, const struct job *job, const char *folder)
{
    static struct chapter judged;
    char object[PATH_MAX];
    bool solved = job->kind == SOLUTIONS;
    judged = *job->chapter;
    joined(object, "%s/%s/%s.so", scratch, judged.name, kind_names[job->kind]);
    if (!judge(outcome, object, folder, &judged, NULL, false))
        return;
    for (size_t i = 0; i < judged.n_rows; i++) {
        const struct row *row = &judged.rows[i];
        if (solved ? row_passes(row)
                   : strcmp(row->verdict, "not written") == 0 &&
                         strstr(row->message, "not written yet") != NULL)
            outcome->passed++;
        else
            fail(outcome, "%s/%s must %s; it is \"%s\":\n%s", row->function, row->test,
                 solved ? "pass" : "fail as not written yet", row->verdict, row->message);
    }
}

static void prove_wrong(struct outcome *outcome, const struct job *job,
                        struct chapter *chapter)
{
    expect_others_unharmed(outcome, chapter, job->function);
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const struct row *row = &chapter->rows[i];
        if (!is_of(row, job->function) || strcmp(row->test, job->test) != 0)
            continue;
        if (!row_passes(row) && strcasestr(row->message, job->words) != NULL)
            outcome->passed++;
        else
            fail(outcome, "%s/%s must fail and say \"%s\"; it is \"%s\":\n%s",
                 row->function, row->test, job->words, row->verdict, row->message);
    }
}

// Other words will do for an attack that other things stop: the fallback for seccomp,
// or a sanitizer, which has its own ways.
static bool any_words_will_do(void)
{
    return fence_level()[0] != 's' || strstr(course_flags(), "-fsanitize=") != NULL;
}

// Scores nothing, and one of the messages holds the words.
static void prove_attack(struct outcome *outcome, const struct job *job,
                         struct chapter *chapter)
{
    bool said = any_words_will_do(), nothing = true;
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (is_of(&chapter->rows[i], job->function)) {
            said = said || strcasestr(chapter->rows[i].message, job->words) != NULL;
            nothing =
                nothing && !row_passes(&chapter->rows[i]) && chapter->rows[i].earned == 0;
        }
    expect_others_unharmed(outcome, chapter, job->function);
    expect(outcome, nothing, "the attack scores points");
    expect(outcome, said, job->words);
    if (!said || !nothing)
        print_rows(outcome, chapter, job->function);
}

// An attack that must not build; its words are the compiler's.
static void prove_unbuilt(struct outcome *outcome, const struct job *job, bool built,
                          const char *log)
{
    char *said = read_text(log);
    expect(outcome, !built, "it must not build, and does");
    expect(outcome, strcasestr(said != NULL ? said : "", job->words) != NULL, job->words);
    if (outcome->failed > 0)
        fail(outcome, "the compiler said:\n%.2000s", said != NULL ? said : "");
    free(said);
}

// The rows that a job is judged by, and the exercise that they belong to; NULL if all.
static const char *keep_rows(struct chapter *judged, const struct job *job)
{
    *judged = *job->chapter;
    if (job->whole || strcmp(job->function, "all") == 0)
        return NULL;
    judged->n_rows = 0;
    for (size_t i = 0; i < job->chapter->n_rows; i++) {
        const struct row *row = &job->chapter->rows[i];
        if (strcmp(row->function, job->function) == 0 &&
            (job->kind != WRONG || strcmp(row->test, job->test) == 0))
            judged->rows[judged->n_rows++] = *row;
    }
    const struct row *first = &judged->rows[0];
    static char only[96];
    snprintf(only, sizeof only, "%s%s%s", first->exercise, job->kind == WRONG ? "/" : "",
             job->kind == WRONG ? first->test : "");
    return judged->n_rows > 0 ? only : NULL;
}

static void prove_answer(struct outcome *outcome, const struct job *job,
                         const char *folder)
{
    char log[PATH_MAX], object[PATH_MAX];
    static struct chapter judged;
    const char *only = keep_rows(&judged, job);
    joined(log, "%s/build.log", folder);
    bool built = compile_answer(job, folder) && link_answer(job, folder);
    if (strcmp(job->function, "does not build") == 0) {
        prove_unbuilt(outcome, job, built, log);
        return;
    }
    if (!built) {
        char *said = read_text(log);
        fail(outcome, "it does not build:\n%.2000s", said != NULL ? said : "");
        free(said);
        return;
    }
    if (!judge(outcome, joined(object, "%s/answer.so", folder), folder, &judged, only,
               job->kind != ATTACKS))
        return;
    if (job->kind == WRONG)
        prove_wrong(outcome, job, &judged);
    else if (job->kind == ATTACKS)
        prove_attack(outcome, job, &judged);
    else
        expect_others_unharmed(outcome, &judged, "");
}

// ---- printed numbers -----------------------------------------------------------------

// Reads the number at *text ("38,597,376", "-0.0457", "1e-5"); false if there is none.
static bool read_number(const char **text, double *value, bool *is_whole)
{
    char digits[64];
    size_t n = 0;
    const char *c = *text;
    if (*c == '-' || *c == '+')
        digits[n++] = *c++;
    if (!isdigit((unsigned char)*c))
        return false;
    *is_whole = true;
    for (; n < sizeof digits - 1; c++) {
        bool exponent =
            (*c == 'e' || *c == 'E') &&
            isdigit((unsigned char)(c[1] == '-' || c[1] == '+' ? c[2] : c[1]));
        bool sign = (*c == '-' || *c == '+') && (c[-1] == 'e' || c[-1] == 'E');
        bool comma = *c == ',' && isdigit((unsigned char)c[1]);
        bool point = *c == '.' && isdigit((unsigned char)c[1]);
        if (!isdigit((unsigned char)*c) && !exponent && !sign && !comma && !point)
            break;
        *is_whole = *is_whole && !exponent && !point;
        if (!comma)
            digits[n++] = *c;
    }
    digits[n] = '\0';
    *value = strtod(digits, NULL);
    *text = c;
    return true;
}

// A whole number is the same; another may differ by `within` of itself, and by 1e-12. The
// programs are built without contraction and print fewer digits than they compute, so the
// numbers of two compilers differ, if at all, where the C library's own last bit shows:
// 1e-6 is sixteen times the last bit of a float. An expected file whose numbers come out
// of a long training may say more in its first line, "# within 0.002: why".
static bool same_word(const char *got, const char *wanted, double within)
{
    if (*got == '~' && *wanted == '~') // measured: another number every time
        return true;
    while (*got && *wanted) {
        double a, b;
        bool a_whole = false, b_whole = false;
        bool a_number = read_number(&got, &a, &a_whole);
        bool b_number = read_number(&wanted, &b, &b_whole);
        if (a_number != b_number)
            return false;
        if (a_number && (a_whole != b_whole || (a_whole && a != b) ||
                         fabs(a - b) > within * fabs(b) + 1e-12))
            return false;
        if (!a_number && *got++ != *wanted++)
            return false;
    }
    return *got == *wanted;
}

// Word by word, so that the width of a measured number moves nothing else.
static bool same_line(const char *got, const char *wanted, double within)
{
    char *got_copy = strdup(got), *wanted_copy = strdup(wanted), *got_rest, *wanted_rest;
    char *a = strtok_r(got_copy, " ", &got_rest),
         *b = strtok_r(wanted_copy, " ", &wanted_rest);
    while (a != NULL && b != NULL && same_word(a, b, within)) {
        a = strtok_r(NULL, " ", &got_rest);
        b = strtok_r(NULL, " ", &wanted_rest);
    }
    free(got_copy);
    free(wanted_copy);
    return a == NULL && b == NULL;
}

static void compare_output(struct outcome *outcome, char *got, char *wanted)
{
    double within = 1e-6;
    if (sscanf(wanted, "# within %lf:", &within) == 1)
        next_line(&wanted);
    for (int number = 1;; number++) {
        char *a = next_line(&got), *b = next_line(&wanted);
        if (a == NULL && b == NULL)
            break;
        if (a != NULL && b != NULL && same_line(a, b, within))
            continue;
        fail(outcome, "line %d is     %s\n   expected is %s", number, a ? a : "(the end)",
             b ? b : "(the end)");
        if (a == NULL || b == NULL || outcome->failed > 20)
            return;
    }
    outcome->passed += outcome->failed == 0;
}

// Runs a program as a reader does; its output, or NULL.
static char *run_program(struct outcome *outcome, const char *program, const char *folder)
{
    char log[PATH_MAX], path[PATH_MAX];
    snprintf(path, sizeof path, "%s", program);
    char *argv[] = {path, NULL};
    setenv("FIGURES", folder, 1);
    const struct sandbox sandbox = {.cpu_seconds = 120,
                                    .wall_seconds = 240,
                                    .output = joined(log, "%s/output.txt", folder)};
    struct ending end = sandbox_run(&sandbox, argv);
    char *text = read_text(log);
    if (end.cause == ENDED_EXIT && end.status == 0 && text != NULL && *text)
        return text;
    fail(outcome, "%s does not run to its end (%d), or prints nothing", program,
         end.status);
    free(text);
    return NULL;
}

// The program with every exercise unwritten runs to its end; solved, it prints what is
// expected.
static void prove_output(struct outcome *outcome, const struct job *job,
                         const char *folder)
{
    char program[PATH_MAX], path[PATH_MAX];
    const char *name = job->chapter->name, *build = environment("BUILD", "build");
    char *wanted = read_text(joined(path, "tests/expected/%s.txt", name));
    char *got = run_program(outcome, joined(program, "%s/%s", build, name), folder);
    outcome->passed += got != NULL;
    free(got);
    got = read_text(joined(program, "build/output/%s.txt", name));
    if (wanted == NULL || *wanted == '\0')
        fail(outcome, "%s is missing or empty", path);
    else if (got == NULL)
        fail(outcome, "%s is missing", program);
    else
        compare_output(outcome, got, wanted);
    free(got);
    free(wanted);
}

// ---- further checkers ----------------------------------------------------------------

static const struct {
    const char *name, *command;
    bool needs_programs;
} checkers[] = {
    {"site", "sh tests/proof/site.sh", true},
    {"grading", "sh tests/proof/class.sh", false},
    {"collecting", "sh tests/proof/collect.sh", false},
    {"commands", "sh tests/proof/commands.sh", false},
    {"files", "sh tests/proof/files.sh", false},
};
enum { N_CHECKERS = sizeof checkers / sizeof *checkers };

static struct ending run_shell(const char *command, const char *log)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", command);
    char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, copy, NULL};
    const struct sandbox sandbox = {
        .cpu_seconds = 600, .wall_seconds = 600, .output = log};
    return sandbox_run(&sandbox, argv);
}

// The solved programs run one after the other: some print times, which the site shows.
static void run_programs(struct outcome *outcome, const char *folder)
{
    char command[4096], log[PATH_MAX];
    int used = snprintf(command, sizeof command, "exec \"${MAKE_COMMAND:-make}\"");
    for (size_t i = 0; i < n_chapters; i++)
        used += snprintf(command + used, sizeof command - (size_t)used,
                         " build/output/%s.txt", chapters[i].name);
    struct ending end = run_shell(command, joined(log, "%s/programs.log", folder));
    char *text = read_text(log);
    if (end.cause == ENDED_EXIT && end.status == 0)
        outcome->passed++;
    else
        fail(outcome, "`%s` died (%d):\n%.2000s", command, end.status,
             text != NULL ? text : "");
    free(text);
}

// Counts the lines "ok NAME" and "not ok NAME: why" that a checker prints.
static void prove_by_checker(struct outcome *outcome, const struct job *job,
                             const char *folder)
{
    char log[PATH_MAX];
    struct ending end = run_shell(job->path, joined(log, "%s/checker.log", folder));
    char *text = read_text(log), *rest = text, *line;
    while ((line = next_line(&rest)) != NULL)
        if (strncmp(line, "ok ", 3) == 0)
            outcome->passed++;
        else if (strncmp(line, "not ok ", 7) == 0)
            fail(outcome, "%s", line + 7);
    free(text);
    if (outcome->passed + outcome->failed == 0 || end.cause != ENDED_EXIT ||
        (end.status != 0 && outcome->failed == 0)) {
        text = read_text(log);
        fail(outcome, "`%s` died (%d) or checked nothing:\n%.2000s", job->path,
             end.status, text != NULL ? text : "");
        free(text);
    }
}

// ---- what there is to do -------------------------------------------------------------

static struct job *new_job(enum kind kind, const struct chapter *chapter,
                           const char *name)
{
    if (n_jobs == MAX_JOBS)
        give_up("more than %d things to prove", MAX_JOBS);
    struct job *job = &jobs[n_jobs++];
    *job = (struct job){.kind = kind, .chapter = chapter};
    snprintf(job->name, sizeof job->name, "%s", name);
    return job;
}

static bool has_row(const struct chapter *chapter, const char *function, const char *test)
{
    for (size_t i = 0; i < chapter->n_rows; i++)
        if (strcmp(chapter->rows[i].function, function) == 0 &&
            (test == NULL || strcmp(chapter->rows[i].test, test) == 0))
            return true;
    return false;
}

// The tail of a line after its opening quote, up to the last quote.
static bool read_words(const char *line, char *words, size_t size)
{
    const char *from = strchr(line, '"'), *end = strrchr(line, '"');
    if (from == NULL || end == from)
        return false;
    snprintf(words, size, "%.*s", (int)(end - from - 1), from + 1);
    return true;
}

static int count_answers(enum kind kind, const struct chapter *chapter,
                         const char *function)
{
    int found = 0;
    for (size_t j = 0; j < n_jobs; j++)
        found += jobs[j].kind == kind && jobs[j].chapter == chapter &&
                 strcmp(jobs[j].function, function) == 0;
    return found;
}

// "#ifdef NAME" and the line behind it: what the answer is and what must be said of it.
static void read_answers(struct outcome *outcome, enum kind kind,
                         const struct chapter *chapter)
{
    char path[PATH_MAX], name[80];
    joined(path, "tests/%s/%s.c", kind_names[kind], chapter->name);
    char *text = read_text(path), *rest = text, *line;
    expect(outcome, text != NULL, path);
    while ((line = next_line(&rest)) != NULL) {
        if (sscanf(line, "#ifdef %79s", name) != 1)
            continue;
        for (size_t j = 0; j < n_jobs; j++)
            if (jobs[j].chapter == chapter && strcmp(jobs[j].name, name) == 0)
                fail(outcome, "%s: there are two answers %s", path, name);
        struct job *job = new_job(kind, chapter, name);
        job->path = strdup(path);
        line = next_line(&rest);
        bool good = line != NULL;
        if (good && kind == WRONG)
            good = sscanf(line, "// %63[a-z0-9_] / %63[a-z0-9_]:", job->function,
                          job->test) == 2 &&
                   read_words(line, job->words, sizeof job->words) && *job->words != '\0';
        else if (good)
            good = sscanf(line, "// %63[a-z0-9_]: %127[^\n]", job->function,
                          job->words) == 2;
        if (!good || !has_row(chapter, job->function, kind == WRONG ? job->test : NULL))
            fail(outcome, "%s: %s does not say which exercise%s it is about", path, name,
                 kind == WRONG ? ", which test and which words" : "");
        job->whole = count_answers(kind, chapter, job->function) == 1;
    }
    free(text);
}

static void expect_enough(struct outcome *outcome, enum kind kind,
                          const struct chapter *chapter, const char *function, int least)
{
    int found = count_answers(kind, chapter, function);
    if (found >= least)
        outcome->passed++;
    else
        fail(outcome, "%s: %d %s answers for %s, want %d or more", chapter->name, found,
             kind_names[kind], function, least);
}

// A test that no wrong answer must fail could be one that lets everything through.
static void expect_caught(struct outcome *outcome, const struct chapter *chapter,
                          const struct row *row)
{
    for (size_t j = 0; j < n_jobs; j++)
        if (jobs[j].kind == WRONG && jobs[j].chapter == chapter &&
            is_of(row, jobs[j].function) && strcmp(jobs[j].test, row->test) == 0) {
            outcome->passed++;
            return;
        }
    fail(outcome, "%s: no wrong answer is caught by Test(%s, %s)", chapter->name,
         row->function, row->test);
}

// An attack's second line says what scores nothing: `// function: "words"`,
// `// all: "..."` or `// does not build: "..."`. Before the colon may stand
//   (whole chapter)   it works when it is loaded, or by its names: judge all exercises
//   (with seccomp)    only a fence with seccomp stops it
//   (with Landlock)   only a fence around files stops it
static bool parse_attack(const char *line, struct job *job)
{
    int end = 0;
    if (sscanf(line, "// %63[a-z0-9_ ]%n", job->function, &end) != 1 ||
        !read_words(line, job->words, sizeof job->words))
        return false;
    char *space = strrchr(job->function, ' ');
    if (line[end] == '(' && space != NULL)
        *space = '\0';
    else if (line[end] != ':')
        return false;
    job->whole = strstr(line, "(whole chapter): ") != NULL;
    bool fenced = strstr(line, "(with seccomp): ") == NULL || fence_level()[0] == 's';
    fenced =
        fenced && (strstr(line, "(with Landlock): ") == NULL || sandbox_has_landlock());
    job->kind = fenced ? ATTACKS : LEFT_OUT;
    for (size_t i = 0; i < n_chapters; i++)
        if (has_row(&chapters[i], job->function, NULL))
            job->chapter = &chapters[i];
    if (strcmp(job->function, "all") == 0 || strcmp(job->function, "does not build") == 0)
        job->chapter = &chapters[0];
    return job->chapter != NULL;
}

static void read_attack(struct outcome *outcome, const char *path)
{
    char *text = read_text(path), *rest = text, name[80] = "";
    sscanf(strrchr(path, '/') + 1, "%79[a-z0-9_]", name);
    struct job *job = new_job(ATTACKS, NULL, name);
    job->path = strdup(path);
    next_line(&rest);
    char *line = next_line(&rest);
    if (line == NULL || !parse_attack(line, job)) {
        fail(outcome, "%s: the second line does not say what the attack is on", path);
        n_jobs--;
    }
    n_left_out += job->kind == LEFT_OUT;
    free(text);
}

// An attack that cannot be a file here: a link to the solution itself.
static void attack_with_link(struct outcome *outcome)
{
    char link[PATH_MAX], path[PATH_MAX], solution[PATH_MAX];
    struct job *job = new_job(ATTACKS, &chapters[0], "link_to_the_solution");
    snprintf(job->function, sizeof job->function, "does not build");
    job->path = strdup(joined(link, "%s/link.c", scratch));
    joined(path, "solutions/%s.c", chapters[0].name);
    if (realpath(path, solution) == NULL || symlink(solution, link) != 0 ||
        access(link, R_OK) != 0)
        fail(outcome, "cannot make a link to %s", path);
}

static void read_attacks(struct outcome *outcome)
{
    glob_t found;
    size_t before = n_jobs;
    if (glob("tests/attacks/*.c", 0, NULL, &found) != 0)
        found.gl_pathc = 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_attack(outcome, found.gl_pathv[i]);
    if (n_jobs - before >= LEAST_ATTACKS)
        outcome->passed++;
    else
        fail(outcome, "%zu attacks, want %d or more", n_jobs - before, LEAST_ATTACKS);
    globfree(&found);
    attack_with_link(outcome);
}

// The rows of the table of points that belong to a chapter: "1.3" to chapter 1.
static void read_points(struct outcome *outcome, struct chapter *chapter)
{
    char *text = read_text("tests/points.tsv"), *rest = text, *line = next_line(&rest);
    int points = 0;
    while ((line = next_line(&rest)) != NULL) {
        struct row row = {.points = -1};
        if (sscanf(line, "%15s %63s %63s %d", row.exercise, row.function, row.test,
                   &row.points) != 4 ||
            row.points < 1)
            fail(outcome, "tests/points.tsv: cannot read \"%s\"", line);
        if (atoi(row.exercise) != atoi(chapter->name) ||
            chapter->n_rows == MAX_CHAPTER_ROWS)
            continue;
        if (has_row(chapter, row.function, row.test))
            fail(outcome, "tests/points.tsv: two rows for %s %s", row.function, row.test);
        chapter->rows[chapter->n_rows++] = row;
        points += row.points;
    }
    free(text);
    if (points == POINTS_A_CHAPTER)
        outcome->passed++;
    else
        fail(outcome, "%s: %d points in tests/points.tsv, want %d", chapter->name, points,
             POINTS_A_CHAPTER);
}

// Every test of the chapter's test file has its row, and every row its test.
static void match_tests(struct outcome *outcome, const struct chapter *chapter)
{
    char path[PATH_MAX], function[64], test[64];
    char *text = read_text(joined(path, "tests/%s.c", chapter->name)), *rest = text,
         *line;
    size_t n = 0;
    while ((line = next_line(&rest)) != NULL) {
        if (sscanf(line, "Test(%63[a-z0-9_], %63[a-z0-9_])", function, test) != 2)
            continue;
        n++;
        if (has_row(chapter, function, test))
            outcome->passed++;
        else
            fail(outcome, "%s: Test(%s, %s) has no row in tests/points.tsv", path,
                 function, test);
    }
    free(text);
    if (n != chapter->n_rows)
        fail(outcome, "%s has %zu tests, tests/points.tsv %zu rows for it", path, n,
             chapter->n_rows);
}

// Every exercise of the chapter's text has its tests.
static void match_exercises(struct outcome *outcome, const struct chapter *chapter)
{
    char path[PATH_MAX], number[16], id[64];
    char *text = read_text(joined(path, "chapters/%s.c", chapter->name)), *rest = text,
         *line;
    size_t n = 0;
    while ((line = next_line(&rest)) != NULL) {
        char *anchor = strstr(line, "{#");
        if (sscanf(line, "## Exercise %15[0-9.]:", number) != 1 || anchor == NULL ||
            sscanf(anchor, "{#%63[a-z0-9-]", id) != 1)
            continue;
        n++;
        for (char *dash = strchr(id, '-'); dash != NULL; dash = strchr(dash, '-'))
            *dash = '_';
        bool found = false;
        for (size_t i = 0; i < chapter->n_rows; i++)
            found = found || (strcmp(chapter->rows[i].exercise, number) == 0 &&
                              strcmp(chapter->rows[i].function, id) == 0);
        if (found)
            outcome->passed++;
        else
            fail(outcome, "%s: exercise %s, %s, has no row in tests/points.tsv", path,
                 number, id);
    }
    free(text);
    if (n == 0)
        fail(outcome, "%s has no exercises", path);
}

static void read_chapter(struct outcome *outcome, const char *path)
{
    struct chapter *chapter = &chapters[n_chapters++];
    if (sscanf(path, "chapters/%63[a-z0-9_].c", chapter->name) != 1 ||
        n_chapters == MAX_CHAPTERS)
        give_up("%s: a chapter is called NN_name.c, and there are fewer than %d", path,
                MAX_CHAPTERS);
    read_points(outcome, chapter);
    match_tests(outcome, chapter);
    match_exercises(outcome, chapter);
    new_job(OUTPUT, chapter, chapter->name)->needs_programs = true;
    new_job(SOLUTIONS, chapter, chapter->name);
    new_job(STUBS, chapter, chapter->name);
    read_answers(outcome, RIGHT, chapter);
    read_answers(outcome, WRONG, chapter);
    for (size_t i = 0; i < chapter->n_rows; i++) {
        const char *function = chapter->rows[i].function;
        expect_caught(outcome, chapter, &chapter->rows[i]);
        if (i > 0 && strcmp(function, chapter->rows[i - 1].function) == 0)
            continue;
        expect_enough(outcome, WRONG, chapter, function, LEAST_WRONG);
        expect_enough(outcome, RIGHT, chapter, function, LEAST_RIGHT);
    }
}

static void read_everything(struct outcome *outcome)
{
    glob_t found;
    new_job(PROGRAMS, NULL, "programs");
    for (size_t i = 0; i < N_CHECKERS; i++) {
        struct job *job = new_job(CHECKER, NULL, checkers[i].name);
        job->path = checkers[i].command;
        job->needs_programs = checkers[i].needs_programs;
    }
    if (glob("chapters/[0-9][0-9]_*.c", 0, NULL, &found) != 0)
        give_up("no chapters here: run me from the root of the course");
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_chapter(outcome, found.gl_pathv[i]);
    globfree(&found);
    read_attacks(outcome);
}

// ---- doing it ------------------------------------------------------------------------

// Compiles a file of the course to SCRATCH/NN_name/KIND.o, and links `object` behind it.
static void build_ours(const char *chapter, const char *kind, const char *source,
                       const char *flags, const char *object)
{
    char folder[PATH_MAX], all[4096], says[4096];
    const char *const objects[] = {object, NULL};
    snprintf(all, sizeof all, "%s %s", course_flags(), flags);
    const struct build build = {.name = kind,
                                .chapter = chapter,
                                .folder = joined(folder, "%s/%s", scratch, chapter),
                                .flags = all,
                                .cpu_seconds = 120};
    if (submission_compile(&build, source) == BUILT &&
        submission_link(&build, objects) == BUILT)
        return;
    submission_log(folder, says, sizeof says);
    give_up("cannot build %s:\n%s", source, says);
}

// Every answer is linked before these. The judge never calls what is in the chapter
// besides its exercises, so that is not optimised much.
static void build_chapter(const struct chapter *chapter)
{
    char path[PATH_MAX], object[PATH_MAX];
    const char *name = chapter->name;
    if (mkdir(joined(path, "%s/%s", scratch, name), 0755) != 0)
        give_up("cannot make the folder %s: %s", path, strerror(errno));
    build_ours(name, "stubs", joined(path, "chapters/%s.c", name), "-O1", NULL);
    build_ours(name, "solutions", joined(path, "solutions/%s.c", name),
               "-DJUDGED=__attribute__((weak))",
               joined(object, "%s/%s/stubs.o", scratch, name));
}

// All chapters side by side.
static void prepare(void)
{
    fflush(NULL);
    for (size_t i = 0; i < n_chapters; i++) {
        pid_t worker = fork();
        if (worker < 0)
            give_up("cannot start a process: %s", strerror(errno));
        if (worker == 0) {
            build_chapter(&chapters[i]);
            _exit(0);
        }
    }
    bool good = true;
    for (int status; wait(&status) > 0;)
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!good)
        exit(2);
}

static void do_job(const struct job *job, struct outcome *outcome)
{
    char folder[PATH_MAX];
    joined(folder, "%s/%s.%s", scratch, kind_names[job->kind], job->name);
    remove_folder(folder);
    if (mkdir(folder, 0755) != 0)
        fail(outcome, "cannot make the folder %s: %s", folder, strerror(errno));
    if (job->kind == PROGRAMS)
        run_programs(outcome, folder);
    else if (job->kind == CHECKER)
        prove_by_checker(outcome, job, folder);
    else if (job->kind == OUTPUT)
        prove_output(outcome, job, folder);
    else if (job->kind == SOLUTIONS || job->kind == STUBS)
        prove_ours(outcome, job, folder);
    else
        prove_answer(outcome, job, folder);
    if (outcome->failed == 0)
        remove_folder(folder); // what failed stays, to be looked at
    outcome->done = true;
}

static bool is_named(const struct job *job, int n_names, char *const names[])
{
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], kind_names[job->kind]) == 0 ||
            strcmp(names[i], job->name) == 0 ||
            (job->chapter != NULL && strcmp(names[i], job->chapter->name) == 0))
            return true;
    return n_names == 0;
}

// What is named, and the programs where something that is named needs them.
static bool is_wanted(const struct job *job, int n_names, char *const names[])
{
    bool wanted = job->kind != LEFT_OUT && is_named(job, n_names, names);
    for (size_t j = 0; j < n_jobs && job->kind == PROGRAMS; j++)
        wanted = wanted || (jobs[j].needs_programs && is_named(&jobs[j], n_names, names));
    return wanted;
}

// One line that changes, on a terminal.
static void show_progress(size_t n_done, size_t n, const struct job *job)
{
    if (isatty(STDOUT_FILENO))
        printf("\r\033[K[%zu/%zu] %s %s\r", n_done, n, kind_names[job->kind], job->name);
    fflush(stdout);
}

static void count(const struct job *job, struct outcome *outcome, int total[2])
{
    if (!outcome->done || outcome->passed + outcome->failed == 0)
        fail(outcome, "nothing was proved: the process that should have died on the way");
    total[0] += outcome->passed;
    total[1] += outcome->failed;
    if (outcome->failed > 0)
        printf("%sFAILED %s %s%s%s\n%s\n", isatty(STDOUT_FILENO) ? "\r\033[K" : "",
               kind_names[job->kind], job->chapter != NULL ? job->chapter->name : "",
               job->chapter != NULL ? " " : "", job->name, outcome->text);
}

// A job on its way, or done.
struct run {
    const struct job *job;
    struct outcome *outcome;
    pid_t worker; // 0: not started
    bool done;
};

static struct run runs[MAX_JOBS];

static void start(struct run *run)
{
    fflush(NULL);
    run->worker = fork();
    if (run->worker < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (run->worker == 0) {
        do_job(run->job, run->outcome);
        _exit(0);
    }
}

// The first that can start; NULL if none can.
static struct run *next_run(size_t n, bool programs_ran)
{
    for (size_t i = 0; i < n; i++)
        if (runs[i].worker == 0 && (programs_ran || !runs[i].job->needs_programs))
            return &runs[i];
    return NULL;
}

static struct run *wait_for_one(size_t n)
{
    for (;;) {
        pid_t ended = wait(NULL);
        if (ended < 0)
            give_up("lost a process: %s", strerror(errno));
        for (size_t i = 0; i < n; i++)
            if (runs[i].worker == ended && !runs[i].done)
                return &runs[i];
    }
}

// One process more at a time than there are processors, each doing one job: some of them
// wait for a while, for a child or for a file. While programs run whose times are shown,
// they have a processor of their own.
static void run_jobs(int n_names, char *const names[], int total[2])
{
    long processors = atol(environment("JOBS", "0")), running = 0;
    if (processors < 1)
        processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = 0;
    for (size_t j = 0; j < n_jobs; j++)
        if (is_wanted(&jobs[j], n_names, names)) {
            runs[n] = (struct run){.job = &jobs[j], .outcome = &outcomes[n]};
            n++;
        }
    if (n == 0)
        give_up("there is nothing called %s to prove", names[0]);
    bool programs_ran = runs[0].job->kind != PROGRAMS;
    for (size_t n_done = 0; n_done < n;) {
        struct run *next;
        while (running < processors + programs_ran &&
               (next = next_run(n, programs_ran)) != NULL) {
            start(next);
            running++;
        }
        struct run *ended = wait_for_one(n);
        ended->done = true;
        running--;
        programs_ran = programs_ran || ended->job->kind == PROGRAMS;
        count(ended->job, ended->outcome, total);
        show_progress(++n_done, n, ended->job);
    }
}

static void find_folders(void)
{
    char path[PATH_MAX];
    const char *build = environment("BUILD", "build");
    if (realpath(joined(path, "%s/tests", build), tests) == NULL ||
        realpath("tests/points.tsv", points_table) == NULL)
        give_up("no test binaries here: `make test` builds them");
    joined(path, "%s/prove.d", build);
    remove_folder(path);
    if (mkdir(path, 0755) != 0 || realpath(path, scratch) == NULL)
        give_up("cannot make the folder %s: %s", path, strerror(errno));
    setenv("POINTS", points_table, 1);
}

int main(int argc, char *argv[])
{
    int total[2] = {0, 0}; // passed, failed
    setvbuf(stdout, NULL, _IOLBF, 0);
    outcomes = mmap(NULL, (MAX_JOBS + 1) * sizeof *outcomes, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcomes == MAP_FAILED)
        give_up("no memory: %s", strerror(errno));
    unsetenv("SEED");
    unsetenv("SUBMISSION");
    find_folders();

    struct outcome *files = &outcomes[MAX_JOBS];
    read_everything(files);
    prepare();
    run_jobs(argc - 1, argv + 1, total);
    total[0] += files->passed;
    total[1] += files->failed;
    if (files->failed > 0)
        printf("FAILED files\n%s\n", files->text);
    if (n_left_out > 0)
        printf("%zu attacks left out: this machine cannot fence %s.\n", n_left_out,
               sandbox_has_landlock() ? "system calls (seccomp)" : "files (Landlock)");
    if (total[1] == 0)
        remove_folder(scratch);
    printf("%s%d passed, %d failed\n", isatty(STDOUT_FILENO) ? "\r\033[K" : "", total[0],
           total[1]);
    return total[1] == 0 ? 0 : 1;
}
