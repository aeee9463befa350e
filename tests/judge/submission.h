// A file that nobody trusts, from its source to its verdicts: compiled and linked behind
// the fence of command.h, then judged by its chapter's test binary. What `make check1
// SUBMISSION=`, `make grade` and the tests of the tests share.
#ifndef SUBMISSION_H
#define SUBMISSION_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

// ---- the table of points ------------------------------------------------------------

// A row of the table and, once a judge has run, what it said.
struct row {
    char exercise[16], function[64], test[64], verdict[32], message[4096];
    int points, earned;
};

enum { MAX_CHAPTER_ROWS = 128, SUBMISSION_BYTES = 1 << 20 };

struct chapter {
    char name[64]; // "01_lookup"
    struct row rows[MAX_CHAPTER_ROWS];
    size_t n_rows;
};

bool row_passes(const struct row *row);

// All rows of a table of points, to be freed. NULL, and in one sentence `why`, if a line is
// no row, or a test has two.
struct row *submission_points(const char *path, size_t *n, char *why, size_t size);

// ---- building -----------------------------------------------------------------------

struct build {
    const char *name;          // "01_lookup": makes FOLDER/01_lookup.c, .o and .so
    const char *chapter;       // whose header, tests/NN_name.h, comes before the source
    const char *folder;        // absolute: the only place where the compiler may write
    const char *flags;         // for the compiler
    double cpu_seconds;        // for each program it runs
    bool own_spaces;           // see struct sandbox
    const char *const *hidden; // folders that no compiler sees, wherever they lie
    bool comes_again;          // what is not built is built once more: no need to be sure
};

// NOT_BUILT, TOO_LONG and WAITS (the compiler sleeps, and nothing wakes it) are the file's
// own fault, NOT_TRIED ours or the machine's: which it is, no word of the compiler's decides.
// They are in FOLDER/build.log, for a person.
enum built { BUILT, NOT_BUILT, TOO_LONG, WAITS, NOT_TRIED };

// The flags of `make`, or good ones without it.
const char *course_flags(void);

// Compiles a plain file to FOLDER/NAME.o. It may read the system's headers, and nothing
// else.
enum built submission_compile(const struct build *build, const char *source);

// Builds it, with `objects` (ended by NULL) behind it, to FOLDER/NAME.so.
enum built submission_build_with(const struct build *build, const char *source,
                                 const char *const *objects);

// The same for a file that must be whole: every function that it calls is in it, in the C
// library or in `exercises`. Makes NAME.so.
enum built submission_build(const struct build *build, const char *source,
                            const struct chapter *exercises);

// True if the compiler could read what is below this folder without spaces of its own:
// some of what it needs lies there too.
bool submission_lies_open(const char *folder);

// An ordinary file, no link, of less than SUBMISSION_BYTES: another one is not built.
bool submission_is_plain(const char *path);

// Copies such a file. False if it is none, or `to` is there already.
bool submission_copy(const char *from, const char *to);

// True if the compiler points at a line of the file in which an error is: no lack of memory or
// room does that. (A file can only make it do so by being in error.)
bool submission_is_blamed(const struct build *build);

// The first lines of FOLDER/build.log, clean.
void submission_log(const char *folder, char *text, size_t size);

// ---- judging ------------------------------------------------------------------------

struct judging {
    const char *tests;  // the test binary
    const char *object; // what it judges
    const char *folder; // for the results
    const char *only;   // an exercise, "1.3", a test, "1.3/long_vectors", or NULL for all
    const char *points; // the table of points if `fenced`
    bool fenced;        // all paths are absolute, and nothing else can be read
    bool own_spaces;
    const char *const *hidden; // see struct build
};

// Has an object judged: `chapter` holds the rows that are wanted, and takes what was said
// of them. False, with `why`, if the judge died or its results are not whole.
bool submission_judge(const struct judging *judging, struct chapter *chapter, char *why,
                      size_t size);

// ---- what the tools share -----------------------------------------------------------

// printf to an array of PATH_MAX bytes; ends the program if they do not do.
const char *joined(char *path, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

const char *environment(const char *name, const char *otherwise);

// The whole file as a string, or NULL. To be freed.
char *read_text(const char *path);

// The same for what a command has left behind: only an ordinary file, and no link to one.
char *read_left(const char *path);

// The next line of *text, ended by '\0', or NULL: like strsep.
char *next_line(char **text);

// Undoes \n, \t and \\ in place.
void unescape(char *text);

// clean_text for each line: their ends stay, a tab becomes a space.
void clean_lines(char *text);

void remove_folder(const char *folder);

#endif
