// Runs the tests of a chapter, each in a process of its own, and counts their points.
//
// Criterion's macros list the tests, and nothing else of it is here: it would start each test as
// a new program, with all of its libraries, which takes longer than most tests. Since no
// submission's code runs in a test, a fork does. What counts is the table of points: a row
// without a test that passed has failed, and nothing but a test's own last word passes it.
#include "inside.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

enum { MAX_ROWS = 512, TEST_SECONDS = 300 };

static const char *const verdict_names[N_VERDICTS] = {
    "pass", "wrong", "not written", "crash", "time-out", "out of memory", "grader error",
};

static struct row all_rows[MAX_ROWS], rows[MAX_ROWS]; // what there is, what is asked for
static size_t n_all, n_rows;
static struct outcome *outcomes;

const struct row *suite_row;
double suite_seconds_before;
struct suite_options suite_options;
static pid_t callers_process;

static void give_up(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));
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

const char *suite_seed(void)
{
    const char *seed = getenv("SEED");
    return seed != NULL && *seed ? seed : "1";
}

void wrap_lines(char *text, size_t columns)
{
    char *line = text, *blank = NULL;
    for (char *c = text; *c; c++) {
        if (*c == '\n') {
            line = c + 1;
            blank = NULL;
        } else if (*c == ' ')
            blank = c;
        if ((size_t)(c - line) >= columns && blank != NULL) {
            *blank = '\n';
            line = blank + 1;
            blank = NULL;
        }
    }
}

// ---- which tests there are ------------------------------------------------------------

static void read_points(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        give_up("cannot read the table of points %s: %s", path, strerror(errno));
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        struct row row = {.points = -1};
        if (number == 1 || line[0] == '\n' || atoi(line) != judge_chapter)
            continue;
        if (sscanf(line, "%15s %63s %63s %d", row.exercise, row.function, row.test,
                   &row.points) != 4)
            give_up("%s:%d: want exercise, function, test, points", path, number);
        if (n_all == MAX_ROWS)
            give_up("%s: more than %d tests in one chapter", path, MAX_ROWS);
        all_rows[n_all++] = row;
    }
    fclose(file);
    if (n_all == 0)
        give_up("%s has no row for chapter %d", path, judge_chapter);
}

static struct row *row_of(const struct criterion_test *test)
{
    for (size_t i = 0; i < n_all; i++)
        if (strcmp(all_rows[i].function, test->category) == 0 &&
            strcmp(all_rows[i].test, test->name) == 0)
            return &all_rows[i];
    return NULL;
}

// Criterion keeps a pointer to each test in a section of this name, and the linker says
// where that begins and ends.
#if defined(__APPLE__)
extern struct criterion_test *first_test[] __asm("section$start$__DATA$cr_tst");
extern struct criterion_test *tests_end[] __asm("section$end$__DATA$cr_tst");
#else
extern struct criterion_test *first_test[] __asm("__start_cr_tst");
extern struct criterion_test *tests_end[] __asm("__stop_cr_tst");
#endif

// Every test has its row, so that no test is left out of the count unseen.
static void find_tests(void)
{
    for (struct criterion_test **test = first_test; test < tests_end; test++) {
        struct row *row = *test != NULL ? row_of(*test) : NULL;
        if (*test != NULL && row == NULL)
            give_up("test %s/%s has no row in the table of points", (*test)->category,
                    (*test)->name);
        if (row != NULL)
            row->run = (*test)->test;
    }
}

// "1.3" asks for an exercise, "1.3/random_tables" for one of its tests.
static bool is_asked(const struct row *row, const char *only)
{
    size_t n = strlen(row->exercise);
    return strncmp(only, row->exercise, n) == 0 &&
           (only[n] == '\0' || (only[n] == '/' && strcmp(only + n + 1, row->test) == 0));
}

static void choose_rows(const char *only)
{
    n_rows = 0;
    for (size_t i = 0; i < n_all; i++)
        if (only == NULL || is_asked(&all_rows[i], only))
            rows[n_rows++] = all_rows[i];
    if (n_rows == 0)
        give_up("there is no exercise or test %s in chapter %d", only, judge_chapter);
    if (outcomes == NULL)
        outcomes = mmap(NULL, n_all * sizeof *outcomes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcomes == MAP_FAILED)
        give_up("out of memory");
    for (size_t i = 0; i < n_rows; i++) {
        rows[i].outcome = &outcomes[i];
        outcomes[i].verdict = GRADER_ERROR;
        outcomes[i].seconds = 0;
        outcomes[i].is_written = suite_options.answer != NULL;
        snprintf(outcomes[i].message, MESSAGE_BYTES, "%s",
                 rows[i].run == NULL ? "There is no such test."
                                     : "The test's own process died.");
    }
}

// ---- running them ---------------------------------------------------------------------

// What Criterion does around a test is to report to its own runner: these take its place.
void criterion_internal_test_setup(void)
{
}
void criterion_internal_test_teardown(void)
{
}
void criterion_internal_test_main(void (*test)(void))
{
    test();
}

// A test and the caller take turns: on one processor, the one where the system has put the
// test, neither wakes a second one each time.
static void share_processor(void)
{
#if defined(__linux__) && defined(CPU_SET)
    cpu_set_t here;
    const int at = sched_getcpu();
    CPU_ZERO(&here);
    if (at < 0 || at >= CPU_SETSIZE)
        return;
    CPU_SET((size_t)at, &here);
    sched_setaffinity(0, sizeof here, &here);
    sched_setaffinity(callers_process, sizeof here, &here);
#endif
}

static pid_t start_test(const struct row *row)
{
    fflush(NULL);
    pid_t process = fork();
    if (process != 0)
        return process;
    suite_row = row;
    for (size_t i = 0; i < n_rows; i++)
        suite_seconds_before += rows[i].outcome->seconds;
    alarm(TEST_SECONDS);
    share_processor();
    row->run();
    judge_fail(GRADER_ERROR, "The test ended without a verdict.");
}

// Another child, the caller, stays as long as we do.
static void wait_for_test(void)
{
    pid_t ended;
    do
        ended = wait(NULL);
    while (ended == callers_process || (ended < 0 && errno == EINTR));
    if (ended < 0)
        give_up("lost a test: %s", strerror(errno));
}

// JUDGE_JOBS at a time, or as many as there are processors.
static void run_tests(void)
{
    const char *jobs = getenv("JUDGE_JOBS");
    long most = jobs != NULL ? atol(jobs) : sysconf(_SC_NPROCESSORS_ONLN), running = 0;
    for (size_t i = 0; i < n_rows; i++) {
        if (rows[i].run == NULL)
            continue;
        if (running >= (most > 0 ? most : 1)) {
            wait_for_test();
            running--;
        }
        if (start_test(&rows[i]) < 0)
            give_up("cannot start a process: %s", strerror(errno));
        running++;
    }
    for (; running > 0; running--)
        wait_for_test();
}

static bool is_written(const char *exercise)
{
    for (size_t i = 0; i < n_rows; i++)
        if (strcmp(rows[i].exercise, exercise) == 0 &&
            rows[i].outcome->verdict != NOT_WRITTEN &&
            rows[i].outcome->verdict != GRADER_ERROR)
            return true;
    return false;
}

// An exercise is not written if no test of it says anything else; where one does, it is,
// and what looked unwritten is wrong: its test is run once more, to find the mistake.
static void tell_unwritten(void)
{
    for (size_t i = 0; i < n_rows; i++) {
        struct outcome *outcome = rows[i].outcome;
        if (outcome->verdict != NOT_WRITTEN || !is_written(rows[i].exercise))
            continue;
        if (!outcome->is_written) {
            outcome->is_written = true;
            if (start_test(&rows[i]) < 0)
                give_up("cannot start a process: %s", strerror(errno));
            wait_for_test();
        }
        if (outcome->verdict == NOT_WRITTEN)
            outcome->verdict = WRONG;
    }
}

// ---- saying what came out -------------------------------------------------------------

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

static void write_results(const char *path, const char *how)
{
    FILE *file = fopen(path, how);
    size_t written = 0;
    if (file == NULL)
        give_up("cannot write %s: %s", path, strerror(errno));
    for (size_t i = 0; i < n_rows; i++) {
        const struct row *row = &rows[i];
        fprintf(file, "%s\t%s\t%s\t%d\t%d\t%s\t", row->exercise, row->function, row->test,
                row->points, row->outcome->verdict == PASS ? row->points : 0,
                verdict_names[row->outcome->verdict]);
        write_escaped(file, row->outcome->message);
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
        if (strcmp(rows[i].exercise, exercise) == 0 && rows[i].outcome->verdict != PASS)
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
            passed += rows[i].outcome->verdict == PASS;
        }
    printf("  %-5s %-24s ", row->exercise, row->function);
    if (failed == NULL)
        printf("done (%zu tests)\n", tests);
    else if (failed->outcome->verdict == NOT_WRITTEN)
        printf("not written yet\n");
    else
        printf("%s: %s (%zu of %zu tests pass)\n",
               verdict_names[failed->outcome->verdict], failed->test, passed, tests);
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
        earned += rows[i].outcome->verdict == PASS ? rows[i].points : 0;
        if (rows[i].outcome->verdict != PASS &&
            (explain == NULL || (explain->outcome->verdict == NOT_WRITTEN &&
                                 rows[i].outcome->verdict != NOT_WRITTEN)))
            explain = &rows[i]; // what somebody has written comes before what nobody has
    }
    printf("  %d of %d points\n", earned, points);
    if (strcmp(fence_level(), "seccomp") != 0)
        printf("  (There is no seccomp here: what a function asks of the system was "
               "limited, "
               "not stopped.)\n");
    if (explain == NULL)
        return true;
    if (explain->outcome->verdict == NOT_WRITTEN) {
        printf("\nNext: exercise %s, %s.\n", explain->exercise, explain->function);
        return false;
    }
    printf("\nFirst to mend: exercise %s, %s, test %s:\n", explain->exercise,
           explain->function, explain->test);
    print_indented(explain->outcome->message);
    if (strcmp(suite_seed(), "1") != 0)
        printf("  (inputs drawn with SEED=%s)\n", suite_seed());
    return false;
}

// ---- the command line -----------------------------------------------------------------

static const char *value_of(const char *argument, const char *option)
{
    size_t length = strlen(option);
    return strncmp(argument, option, length) == 0 ? argument + length : NULL;
}

// Unless it is said where, what belongs to build/tests/NN_name: build/FOLDER/NN_nameENDING.
static const char *beside(char *path, const char *program, const char *folder,
                          const char *ending, const char *said)
{
    const char *name = strrchr(program, '/');
    if (said != NULL)
        return said;
    if (name == NULL || snprintf(path, PATH_MAX, "%.*s/../%s%s%s", (int)(name - program),
                                 program, folder, name, ending) >= PATH_MAX)
        give_up("cannot tell where %s lies", program);
    return path;
}

static void find_file(char *full, const char *path)
{
    if (access(path, R_OK) != 0 || realpath(path, full) == NULL)
        give_up("cannot read %s: %s", path, strerror(errno));
}

static void read_options(int argc, char *argv[])
{
    const char *submission = getenv("SUBMISSION"), *caller = NULL, *wrong = NULL;
    char path[PATH_MAX];
    for (int i = 1; i < argc; i++) {
        const struct {
            const char *option, **value;
        } known[] = {
            {"--submission=", &submission},
            {"--results=", &suite_options.results},
            {"--only=", &suite_options.only},
            {"--caller=", &caller},
            {"--wrong=", &wrong},
            {"--answer=", &suite_options.answer},
            {"--list=", &suite_options.list},
            {"--record=", &suite_options.record},
            {"--by-heart=", &suite_options.by_heart},
        };
        const size_t n = sizeof known / sizeof *known;
        size_t k = 0;
        while (k < n && value_of(argv[i], known[k].option) == NULL)
            k++;
        if (k == n)
            give_up("unknown argument %s; see tests/judge/suite.c", argv[i]);
        *known[k].value = value_of(argv[i], known[k].option);
    }
    if (submission == NULL && suite_options.by_heart == NULL)
        give_up("say what to judge: --submission=FILE.so");
    find_file(suite_options.submission, submission != NULL ? submission : argv[0]);
    find_file(suite_options.caller, beside(path, argv[0], "caller", "", caller));
    if (wrong == NULL || *wrong != '\0')
        find_file(suite_options.wrong, beside(path, argv[0], "wrong", ".so", wrong));
}

static void judge_rows(const char *only, const char *how)
{
    choose_rows(only);
    run_tests();
    tell_unwritten();
    if (suite_options.results != NULL)
        write_results(suite_options.results, how);
}

// Many answers of one library, since to start takes longer than most tests: each line of
// the list is an answer's name, what to ask of it, and whether its mistake shall be named:
// "one_early 1.1/random_ids named". Their results follow each other.
static int judge_list(const char *path)
{
    char answer[64], only[128], how[16], wrong[PATH_MAX];
    FILE *list = fopen(path, "r");
    if (list == NULL)
        give_up("cannot read %s: %s", path, strerror(errno));
    memcpy(wrong, suite_options.wrong, sizeof wrong);
    while (fscanf(list, "%63s %127s %15s", answer, only, how) == 3) {
        suite_options.answer = answer;
        snprintf(suite_options.wrong, sizeof suite_options.wrong, "%s",
                 strcmp(how, "named") == 0 ? wrong : "");
        judge_rows(only, "a");
    }
    fclose(list);
    return 0;
}

int main(int argc, char *argv[])
{
    const char *points = getenv("POINTS");
    fence_try();
    read_options(argc, argv);
    read_points(points != NULL ? points : "tests/points.tsv");
    find_tests();
    callers_process = judge_start_callers();
    if (callers_process < 0)
        give_up("cannot start %s: %s", suite_options.caller, strerror(errno));
    if (suite_options.by_heart != NULL && !heart_learn(suite_options.by_heart))
        give_up("cannot read %s: %s", suite_options.by_heart, strerror(errno));
    if (suite_options.list != NULL)
        return judge_list(suite_options.list);
    judge_rows(suite_options.only, "w");
    return print_board() ? 0 : 1;
}

// Read by the address sanitizer where it is built in: a test frees nothing.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
