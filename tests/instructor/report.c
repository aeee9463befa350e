// See report.h. The records are read one student at a time, so that a class of any size
// fits.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "report.h"
#include "clean.h"
#include "sha256.h"
#include "submission.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_CHAPTERS = 32,
    MAX_EXERCISES = 512,
    MAX_SHARES = 4096,
    MAX_STUDENTS = 1000000,
    MAX_POINTS = 1000000,
    LISTED_MISTAKES = 40,
    LISTED_SLOW = 10
};

static const char *const verdicts[] = {
    "pass",          "wrong",       "crash",          "time-out",
    "out of memory", "not written", "does not build", "grader error",
};
enum { N_VERDICTS = sizeof verdicts / sizeof *verdicts, GRADER_ERROR = N_VERDICTS - 1 };

// ---- the records as they are read ---------------------------------------------------

struct test {
    char *exercise, *function, *name, *message;
    int points, earned;
    size_t verdict;
    bool hidden;
};

struct part {
    char *chapter, *file, *state, *says;
    double seconds;
    struct test *tests;
    size_t n_tests;
    int points, earned;
    bool grader_error;
};

struct note {
    char *kind, *text;
};

struct student {
    size_t index;
    char *name, *title; // the title is safe as a file's name
    struct note *notes;
    size_t n_notes;
    struct part *parts;
    size_t n_parts;
    int points, earned;
    bool grader_error;
};

// One shard's file. `line` is the next line that was not used yet.
struct records {
    const char *path;
    FILE *file;
    char *line;
    size_t room;
    char tests[80], class[80], seed[256], isolation_text[512];
    size_t n_students, shard, n_shards;
    int isolation;
    double seconds;
    size_t n_chapters;
    bool is_first; // what the chapters are is taken from this one
};

struct chapter_head {
    char name[64];
    int points;
};

static struct chapter_head chapters[MAX_CHAPTERS];
static size_t n_chapters;

static bool say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool say(const char *format, ...)
{
    char text[2 * PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    clean_text(text);
    fprintf(stderr, "grade: %s\n", text);
    return false;
}

static void *must(void *memory)
{
    if (memory == NULL) {
        say("out of memory");
        exit(2);
    }
    return memory;
}

void write_field(FILE *file, const char *text)
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

// Splits a line at its tabs. False unless it has n fields.
static bool split(char *line, char **fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fields[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == n - 1))
            return false;
        if (tab != NULL)
            *tab = '\0', line = tab + 1;
    }
    return true;
}

// What anybody may have written is clean from here on, whoever wrote the records.
static char *field_copy(char *field)
{
    char *copy = must(strdup(field));
    unescape(copy);
    clean_lines(copy);
    return copy;
}

static char *line_copy(const char *text)
{
    char *copy = must(strdup(text));
    clean_text(copy);
    return copy;
}

// A number from 0 to `most`, and nothing behind it.
static bool read_number(const char *text, long most, long *number)
{
    int after = 0;
    return *text >= '0' && *text <= '9' && sscanf(text, "%10ld%n", number, &after) == 1 &&
           text[after] == '\0' && *number <= most;
}

static bool read_seconds(const char *text, double *seconds)
{
    int after = 0;
    return *text >= '0' && *text <= '9' && strlen(text) < 16 &&
           sscanf(text, "%lf%n", seconds, &after) == 1 && text[after] == '\0' &&
           *seconds < 1e9;
}

static bool next(struct records *records)
{
    ssize_t n = getline(&records->line, &records->room, records->file);
    if (n > 0 && records->line[n - 1] == '\n')
        records->line[--n] = '\0';
    return n >= 0 && strlen(records->line) == (size_t)n;
}

static bool starts(const struct records *records, const char *word)
{
    size_t n = strlen(word);
    return strncmp(records->line, word, n) == 0 && records->line[n] == '\t';
}

static bool copy_field(char *to, size_t size, char *field)
{
    unescape(field);
    clean_text(field);
    return *field != '\0' && snprintf(to, size, "%s", field) < (int)size;
}

static bool read_chapter_head(struct records *r, char *name, const char *points)
{
    long number;
    const size_t c = r->n_chapters++;
    if (!read_number(points, MAX_POINTS, &number) ||
        strlen(name) >= sizeof chapters->name ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        return false;
    if (r->is_first && c == n_chapters && n_chapters < MAX_CHAPTERS) {
        strcpy(chapters[c].name, name);
        chapters[c].points = (int)number;
        n_chapters++;
    }
    return c < n_chapters && strcmp(chapters[c].name, name) == 0 &&
           chapters[c].points == (int)number;
}

// The lines of the head, in their order; then one a chapter.
static const char *const head[] = {"grades", "tests",     "class", "shard",
                                   "seed",   "isolation", "took"};
enum { HEAD_LINES = sizeof head / sizeof *head };

static bool read_head_line(struct records *r, size_t line)
{
    char *f[3];
    long a = 0, b = 0;
    const bool two = line == 2 || line == 3 || line == 5 || line >= HEAD_LINES;
    if (!starts(r, line < HEAD_LINES ? head[line] : "chapter") ||
        !split(r->line, f, two ? 3 : 2))
        return false;
    switch (line) {
    case 0:
        return strcmp(f[1], "1") == 0;
    case 1:
        return copy_field(r->tests, sizeof r->tests, f[1]);
    case 2:
        r->n_students = read_number(f[2], MAX_STUDENTS, &a) ? (size_t)a : 0;
        return copy_field(r->class, sizeof r->class, f[1]) && r->n_students > 0;
    case 3:
        if (!read_number(f[1], MAX_SHARES, &a) || !read_number(f[2], MAX_SHARES, &b))
            return false;
        r->shard = (size_t)a;
        r->n_shards = (size_t)b;
        return a >= 1 && a <= b;
    case 4:
        return copy_field(r->seed, sizeof r->seed, f[1]);
    case 5:
        if (!read_number(f[1], 3, &a))
            return false;
        r->isolation = (int)a;
        return a >= 1 && copy_field(r->isolation_text, sizeof r->isolation_text, f[2]);
    case 6:
        return read_seconds(f[1], &r->seconds);
    default:
        return read_chapter_head(r, f[1], f[2]);
    }
}

static bool read_head(struct records *r)
{
    size_t n = 0;
    while (next(r) && !starts(r, "student") && !starts(r, "end"))
        if (!read_head_line(r, n++))
            return say("%s is damaged: line %zu is not what it must be. Grade that share "
                       "again",
                       r->path, n);
    if (n < HEAD_LINES)
        return say("%s is damaged: its head ends after %zu lines. Grade that share again",
                   r->path, n);
    return true;
}

// The last line is "end" and the sum of all that stands before it.
static bool is_whole(struct records *r)
{
    struct sha sha;
    char sum[SHA_DIGITS + 1], said[SHA_DIGITS + 2] = "";
    bool ended = false;
    sha_start(&sha);
    while (next(r)) {
        ended = starts(r, "end");
        if (ended)
            snprintf(said, sizeof said, "%s", r->line + 4);
        sha_add(&sha, r->line, ended ? 0 : strlen(r->line));
        sha_add(&sha, "\n", !ended);
    }
    sha_end(&sha, sum);
    if (!ended || !feof(r->file))
        return say("%s is cut short: grade that share again", r->path);
    return strcmp(said, sum) == 0 ||
           say("%s is damaged, or was changed: grade that share again", r->path);
}

// Opens a shard's file, sees that it is whole, and reads its head.
static bool open_records(struct records *r, const char *path, bool is_first)
{
    *r = (struct records){.path = path, .file = fopen(path, "r"), .is_first = is_first};
    if (r->file == NULL)
        return say("cannot read %s: %s", path, strerror(errno));
    if (!is_whole(r))
        return false;
    rewind(r->file);
    return read_head(r) &&
           (r->n_chapters == n_chapters ||
            say("%s: graded with other chapters than the other shares", path));
}

// N_VERDICTS if it is none.
static size_t verdict_number(const char *verdict)
{
    size_t v = 0;
    while (v < N_VERDICTS && strcmp(verdicts[v], verdict) != 0)
        v++;
    return v;
}

// What a test earned is all of its points or none, and it says which.
static bool read_test(struct records *r, struct part *part)
{
    char *f[9];
    long points, earned;
    if (part == NULL || !starts(r, "row") || !split(r->line, f, 9) ||
        !read_number(f[5], MAX_POINTS, &points) || !read_number(f[6], points, &earned) ||
        verdict_number(f[7]) == N_VERDICTS ||
        earned != (verdict_number(f[7]) == 0 ? points : 0) ||
        (strcmp(f[1], "hidden") != 0 && strcmp(f[1], "shown") != 0))
        return say("%s: a damaged row", r->path);
    part->tests = must(realloc(part->tests, (part->n_tests + 1) * sizeof *part->tests));
    struct test *test = &part->tests[part->n_tests++];
    *test = (struct test){.exercise = field_copy(f[2]),
                          .function = field_copy(f[3]),
                          .name = field_copy(f[4]),
                          .message = field_copy(f[8]),
                          .points = (int)points,
                          .earned = (int)earned,
                          .verdict = verdict_number(f[7]),
                          .hidden = strcmp(f[1], "hidden") == 0};
    part->points += test->points;
    part->earned += test->earned;
    part->grader_error = part->grader_error || test->verdict == GRADER_ERROR;
    return part->points <= MAX_POINTS || say("%s: too many points", r->path);
}

static const struct part *part_of(const struct student *student, const char *chapter)
{
    for (size_t p = 0; p < student->n_parts; p++)
        if (strcmp(student->parts[p].chapter, chapter) == 0)
            return &student->parts[p];
    return NULL;
}

static bool is_chapter(const char *name)
{
    for (size_t c = 0; c < n_chapters; c++)
        if (strcmp(chapters[c].name, name) == 0)
            return true;
    return false;
}

// Each chapter once, and one that the head names.
static bool read_part(struct records *r, struct student *student)
{
    char *f[6];
    double seconds;
    if (!split(r->line, f, 6) || !is_chapter(f[1]) || part_of(student, f[1]) != NULL ||
        !read_seconds(f[4], &seconds) ||
        (strcmp(f[3], "judged") != 0 && strcmp(f[3], "does not build") != 0 &&
         strcmp(f[3], "grader error") != 0))
        return say("%s: a damaged part", r->path);
    student->parts =
        must(realloc(student->parts, (student->n_parts + 1) * sizeof *student->parts));
    student->parts[student->n_parts++] = (struct part){.chapter = field_copy(f[1]),
                                                       .file = field_copy(f[2]),
                                                       .state = field_copy(f[3]),
                                                       .seconds = seconds,
                                                       .says = field_copy(f[5])};
    return true;
}

static bool read_note(struct records *r, struct student *student)
{
    char *f[3];
    if (!split(r->line, f, 3))
        return say("%s: a damaged note", r->path);
    student->notes =
        must(realloc(student->notes, (student->n_notes + 1) * sizeof *student->notes));
    student->notes[student->n_notes++] =
        (struct note){.kind = line_copy(f[1]), .text = line_copy(f[2])};
    return true;
}

static void add_note(struct student *student, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_note(struct student *student, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    student->notes =
        must(realloc(student->notes, (student->n_notes + 1) * sizeof *student->notes));
    student->notes[student->n_notes++] =
        (struct note){.kind = line_copy("look"), .text = line_copy(text)};
}

// How many of its tests said this.
static size_t count_said(const struct part *part, const char *words)
{
    size_t n = 0;
    for (size_t t = 0; t < part->n_tests; t++)
        n += strstr(part->tests[t].message, words) != NULL;
    return n;
}

// What the verdicts themselves give a person to look at.
static void look_closer(struct student *student)
{
    for (size_t p = 0; p < student->n_parts; p++) {
        const struct part *part = &student->parts[p];
        const struct test *asked = NULL;
        for (size_t t = 0; t < part->n_tests && asked == NULL; t++)
            if (strstr(part->tests[t].message, "asked the system for") != NULL)
                asked = &part->tests[t];
        if (part->grader_error)
            add_note(student, "%s: the grader failed, twice: no grade yet",
                     part->chapter);
        if (asked != NULL)
            add_note(student, "%s, %s: asked for what no exercise needs; read it",
                     part->chapter, asked->function);
        if (count_said(part, "The file has no function called ") == part->n_tests)
            add_note(student,
                     "%s has none of its functions: is it another chapter's file?",
                     part->chapter);
        student->points += part->points;
        student->earned += part->earned;
        student->grader_error = student->grader_error || part->grader_error;
    }
}

// Windows has names that mean a device, whatever ending they have.
static bool is_device(const char *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    const size_t n = strcspn(name, ". ");
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (strncasecmp(name, devices[i], 3) == 0 &&
            (i < 4 ? n == 3 : n == 4 && name[3] >= '0' && name[3] <= '9'))
            return true;
    return false;
}

// A name that no folder has, nothing hidden, and no option of whoever takes it for one. The file can
// be kept, packed and sent everywhere: what some system has another use for is written as in an
// address.
static char *safe_title(const char *name)
{
    char *title = must(malloc(3 * strlen(name) + 1)), *to = title;
    for (const char *c = name; *c; c++)
        if (*c == '/' || (c == name && (*c == '.' || *c == '-')))
            *to++ = '_';
        else if (strchr("\"%*:<>?\\|", *c) != NULL || (c == name && is_device(name)))
            to += sprintf(to, "%%%02X", (unsigned)*c);
        else
            *to++ = *c;
    *to = '\0';
    return title;
}

static bool all_rows_are_there(const struct records *r, const struct student *student)
{
    for (size_t p = 0; p < student->n_parts; p++)
        for (size_t c = 0; c < n_chapters; c++)
            if (strcmp(chapters[c].name, student->parts[p].chapter) == 0 &&
                chapters[c].points != student->parts[p].points)
                return say("%s: rows of %s are missing", r->path, chapters[c].name);
    return true;
}

static bool read_student(struct records *r, struct student *student)
{
    char *f[3];
    long index;
    *student = (struct student){.index = 0};
    if (!starts(r, "student") || !split(r->line, f, 3) ||
        !read_number(f[1], MAX_STUDENTS, &index))
        return say("%s: want a student, not %.80s", r->path, r->line);
    student->index = (size_t)index;
    student->name = field_copy(f[2]);
    clean_text(student->name);
    student->title = safe_title(student->name);
    while (next(r) && !starts(r, "student") && !starts(r, "end")) {
        struct part *part =
            student->n_parts ? &student->parts[student->n_parts - 1] : NULL;
        if (!(starts(r, "note")   ? read_note(r, student)
              : starts(r, "part") ? read_part(r, student)
                                  : read_test(r, part)))
            return false;
    }
    look_closer(student);
    return all_rows_are_there(r, student);
}

static void free_student(struct student *student)
{
    for (size_t p = 0; p < student->n_parts; p++) {
        struct part *part = &student->parts[p];
        for (size_t t = 0; t < part->n_tests; t++) {
            struct test *test = &part->tests[t];
            free(test->exercise), free(test->function), free(test->name),
                free(test->message);
        }
        free(part->chapter), free(part->file), free(part->state), free(part->says);
        free(part->tests);
    }
    for (size_t n = 0; n < student->n_notes; n++)
        free(student->notes[n].kind), free(student->notes[n].text);
    free(student->parts), free(student->notes), free(student->name), free(student->title);
}

// ---- text, CSV ----------------------------------------------------------------------

// The lines of a text, each with `indent` in front.
static void write_indented(FILE *file, const char *indent, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        fprintf(file, "%s%.*s\n", indent, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static bool is_first_of_exercise(const struct part *part, size_t t)
{
    for (size_t k = 0; k < t; k++)
        if (strcmp(part->tests[k].exercise, part->tests[t].exercise) == 0)
            return false;
    return true;
}

// Of a hidden test nobody learns more than that it was not passed.
static void write_test_text(FILE *file, const struct test *test)
{
    fprintf(file, "      %s: %s%s (%d point%s)\n",
            test->hidden ? "not passed" : verdicts[test->verdict],
            test->hidden ? "hidden test " : "", test->name, test->points,
            test->points == 1 ? "" : "s");
    if (!test->hidden)
        write_indented(file, "          ", test->message);
}

// An exercise from its first test on. What was not written needs no list of its tests.
static void write_exercise_text(FILE *file, const struct part *part, size_t first)
{
    const struct test *tests = part->tests;
    const size_t not_written = verdict_number("not written");
    int points = 0, earned = 0;
    bool written = false;
    for (size_t t = first; t < part->n_tests; t++)
        if (strcmp(tests[t].exercise, tests[first].exercise) == 0) {
            points += tests[t].points;
            earned += tests[t].earned;
            written = written || tests[t].verdict != not_written;
        }
    fprintf(file, "  %-5s %-32s %3d of %3d%s\n", tests[first].exercise,
            tests[first].function, earned, points, written ? "" : "   not written");
    for (size_t t = first; t < part->n_tests; t++)
        if (written && strcmp(tests[t].exercise, tests[first].exercise) == 0 &&
            tests[t].verdict > 0)
            write_test_text(file, &tests[t]);
}

static void write_part_text(FILE *file, const struct part *part)
{
    if (part->grader_error)
        fprintf(file, "\n%s: not graded yet; somebody will look at it\n", part->chapter);
    else
        fprintf(file, "\n%s: %d of %d points\n", part->chapter, part->earned,
                part->points);
    if (strcmp(part->state, "does not build") == 0) {
        fprintf(file, "  It does not build:\n");
        write_indented(file, "      ", part->says);
        return;
    }
    for (size_t t = 0; t < part->n_tests; t++)
        if (is_first_of_exercise(part, t))
            write_exercise_text(file, part, t);
}

static void write_feedback(FILE *file, const struct student *student)
{
    fprintf(file, "%s\n", student->name);
    if (student->grader_error)
        fprintf(file, "Not all of it is graded yet.\n");
    else
        fprintf(file, "%d of %d points\n", student->earned, student->points);
    for (size_t p = 0; p < student->n_parts; p++)
        write_part_text(file, &student->parts[p]);
    for (size_t c = 0; c < n_chapters; c++)
        if (part_of(student, chapters[c].name) == NULL)
            fprintf(file, "\n%s: not handed in\n", chapters[c].name);
    if (student->n_notes > 0)
        fprintf(file, "\nNotes on what was handed in\n");
    for (size_t n = 0; n < student->n_notes; n++)
        fprintf(file, "  %s\n", student->notes[n].text);
}

// A field that a spreadsheet takes for text, never for a formula, and no two for the same.
static void write_csv_text(FILE *file, const char *text)
{
    const char first = text[strspn(text, "'")];
    fprintf(file, "\"%s", strchr("=+-@\t", first) != NULL && first ? "'" : "");
    for (; *text; text++)
        fprintf(file, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', file);
}

// An empty cell: not handed in. A question mark: a grader error, so no grade yet.
static void write_csv_row(FILE *file, const struct student *student)
{
    write_csv_text(file, student->name);
    for (size_t c = 0; c < n_chapters; c++) {
        const struct part *part = part_of(student, chapters[c].name);
        if (part == NULL)
            fputs(",", file);
        else if (part->grader_error)
            fputs(",?", file);
        else
            fprintf(file, ",%d", part->earned);
    }
    if (student->grader_error)
        fputs(",?\n", file);
    else
        fprintf(file, ",%d\n", student->earned);
}

// ---- JSON ---------------------------------------------------------------------------

static void write_json_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(file, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(file, "\\u%04x", (unsigned)*text);
        else
            fputc(*text, file);
    fputc('"', file);
}

static void write_json_field(FILE *file, const char *name, const char *text,
                             const char *after)
{
    fprintf(file, "\"%s\": ", name);
    write_json_text(file, text);
    fputs(after, file);
}

// A number of points, or null where a grader error leaves no grade.
static void write_json_points(FILE *file, const char *name, int points, bool known)
{
    if (known)
        fprintf(file, "\"%s\": %d, ", name, points);
    else
        fprintf(file, "\"%s\": null, ", name);
}

static void write_json_test(FILE *file, const struct test *test)
{
    fputs("          {", file);
    write_json_field(file, "exercise", test->exercise, ", ");
    write_json_field(file, "function", test->function, ", ");
    write_json_field(file, "test", test->name, ", ");
    write_json_points(file, "earned", test->earned, test->verdict != GRADER_ERROR);
    fprintf(file, "\"points\": %d, \"hidden\": %s, ", test->points,
            test->hidden ? "true" : "false");
    write_json_field(file, "verdict", verdicts[test->verdict], ", ");
    write_json_field(file, "message", test->message, "}");
}

static void write_json_part(FILE *file, const struct part *part)
{
    fputs("      {", file);
    write_json_field(file, "chapter", part->chapter, ", ");
    write_json_points(file, "earned", part->earned, !part->grader_error);
    fprintf(file, "\"points\": %d, ", part->points);
    write_json_field(file, "state", part->state, ",\n        ");
    write_json_field(file, "sha256", part->file, ",\n        ");
    write_json_field(file, "says", part->says, ",\n");
    fprintf(file, "        \"seconds\": %.2f,\n        \"tests\": [\n", part->seconds);
    for (size_t t = 0; t < part->n_tests; t++) {
        write_json_test(file, &part->tests[t]);
        fputs(t + 1 < part->n_tests ? ",\n" : "\n", file);
    }
    fputs("        ]}", file);
}

static void write_json_notes(FILE *file, const struct student *student, const char *kind)
{
    const char *between = "";
    fprintf(file, "\"%s\": [", kind);
    for (size_t n = 0; n < student->n_notes; n++)
        if (strcmp(student->notes[n].kind, kind) == 0) {
            fputs(between, file);
            write_json_text(file, student->notes[n].text);
            between = ", ";
        }
    fputs("],\n     ", file);
}

static void write_json_student(FILE *file, const struct student *student)
{
    fputs("    {", file);
    write_json_field(file, "name", student->name, ", ");
    write_json_points(file, "earned", student->earned, !student->grader_error);
    fprintf(file, "\"points\": %d,\n     ", student->points);
    write_json_notes(file, student, "look");
    write_json_notes(file, student, "noted");
    fputs("\"chapters\": [\n", file);
    for (size_t p = 0; p < student->n_parts; p++) {
        write_json_part(file, &student->parts[p]);
        fputs(p + 1 < student->n_parts ? ",\n" : "\n", file);
    }
    fputs("     ]}", file);
}

static void write_json_head(FILE *file, const struct records *r, double seconds)
{
    fputs("{\n  \"format\": \"grades\",\n  \"version\": 1,\n  ", file);
    write_json_field(file, "tests", r->tests, ",\n  ");
    write_json_field(file, "seed", r->seed, ",\n  ");
    fprintf(file, "\"isolation\": %d,\n  \"seconds\": %.1f,\n  \"chapters\": [",
            r->isolation, seconds);
    for (size_t c = 0; c < n_chapters; c++)
        fprintf(file, "%s\n    {\"chapter\": \"%s\", \"points\": %d}", c ? "," : "",
                chapters[c].name, chapters[c].points);
    fputs("\n  ],\n  \"students\": [\n", file);
}

static void write_gradescope_test(FILE *file, const struct part *part,
                                  const struct test *test)
{
    char name[256];
    snprintf(name, sizeof name, "%s %s: %s", test->exercise, test->function, test->name);
    fputs("    {", file);
    write_json_field(file, "name", name, ", ");
    fprintf(file, "\"score\": %d, \"max_score\": %d, \"status\": \"%s\", ", test->earned,
            test->points, test->verdict == 0 ? "passed" : "failed");
    write_json_field(file, "visibility", test->hidden ? "after_published" : "visible",
                     ", ");
    char *output = NULL;
    size_t size = 0;
    FILE *to = must(open_memstream(&output, &size));
    if (!test->hidden && test->verdict > 0)
        fprintf(to, "%s\n%s", verdicts[test->verdict],
                strcmp(part->state, "does not build") == 0 ? part->says : test->message);
    fclose(to);
    write_json_field(file, "output", output, "}");
    free(output);
}

static void write_gradescope(FILE *file, const struct student *student)
{
    const char *between = "\n";
    fprintf(file, "{\n  \"score\": %d,\n  \"stdout_visibility\": \"hidden\",\n  ",
            student->earned);
    char *text = NULL;
    size_t size = 0;
    FILE *output = must(open_memstream(&text, &size));
    for (size_t n = 0; n < student->n_notes; n++)
        fprintf(output, "%s\n", student->notes[n].text);
    fclose(output);
    write_json_field(file, "output", text, ",\n  ");
    free(text);
    fputs("\"tests\": [", file);
    for (size_t p = 0; p < student->n_parts; p++)
        for (size_t t = 0; t < student->parts[p].n_tests; t++) {
            fputs(between, file);
            write_gradescope_test(file, &student->parts[p], &student->parts[p].tests[t]);
            between = ",\n";
        }
    fputs("\n  ]\n}\n", file);
}

// ---- XML and HTML -------------------------------------------------------------------

static void write_escaped(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        default:
            fputc(*text, file);
        }
}

static void write_junit_test(FILE *file, const struct part *part, const struct test *test)
{
    fprintf(file, "    <testcase classname=\"%s.%s\" name=\"%s%s\"", part->chapter,
            test->function, test->hidden ? "hidden_" : "", test->name);
    if (test->verdict == 0) {
        fputs("/>\n", file);
        return;
    }
    const char *kind = test->verdict == GRADER_ERROR ? "error" : "failure";
    fprintf(file, ">\n      <%s type=\"%s\" message=\"", kind, verdicts[test->verdict]);
    fprintf(file, "%s\">", verdicts[test->verdict]);
    write_escaped(file, test->message);
    fprintf(file, "</%s>\n    </testcase>\n", kind);
}

static void write_junit_student(FILE *file, const struct student *student)
{
    size_t n = 0, failures = 0, errors = 0;
    double seconds = 0;
    for (size_t p = 0; p < student->n_parts; p++) {
        seconds += student->parts[p].seconds;
        for (size_t t = 0; t < student->parts[p].n_tests; t++, n++) {
            errors += student->parts[p].tests[t].verdict == GRADER_ERROR;
            failures += student->parts[p].tests[t].verdict != 0 &&
                        student->parts[p].tests[t].verdict != GRADER_ERROR;
        }
    }
    fputs("  <testsuite name=\"", file);
    write_escaped(file, student->name);
    fprintf(file, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.2f\">\n", n,
            failures, errors, seconds);
    for (size_t p = 0; p < student->n_parts; p++)
        for (size_t t = 0; t < student->parts[p].n_tests; t++)
            write_junit_test(file, &student->parts[p], &student->parts[p].tests[t]);
    fputs("  </testsuite>\n", file);
}

// ---- the class at a glance ----------------------------------------------------------

struct exercise {
    char *chapter, *number, *function;
    size_t count[N_VERDICTS]; // students, by the verdict on the first test that failed
    size_t n;
    double share; // of the points, summed over students
};

struct mistake {
    char *function, *text;
    size_t n_students, last_student;
};

struct slow {
    char *student, *chapter;
    double seconds;
};

struct glance {
    struct exercise exercises[MAX_EXERCISES];
    size_t n_exercises;
    struct mistake *mistakes;
    size_t n_mistakes;
    struct slow slow[LISTED_SLOW];
    size_t tenths[11],
        n_graded; // students by their share of the points that they could get
    size_t n_students, n_files, n_looks;
    double judged_seconds;
    char *looks; // rows of a table
    size_t looks_size;
    FILE *looks_file;
};

// Behind the first sentence of a text: neither "..." nor the point of 0.5 ends one.
static const char *behind_sentence(const char *text)
{
    char before = '.';
    for (; *text != '\0'; before = *text++)
        if (*text == '.' && before != '.' && strchr(" \n", text[1]) != NULL)
            return text + 1 + (text[1] != '\0');
    return text;
}

// The last paragraph of a text whose lines were wrapped: where the first word of the next one
// would have had room, a line ended before.
static const char *last_paragraph(const char *text)
{
    enum { COLUMNS = 76 };
    const char *start = text, *end;
    for (const char *line = text; (end = strchr(line, '\n')) != NULL; line = end + 1)
        if ((size_t)(end - line) + 1 + strcspn(end + 1, " \n") <= COLUMNS)
            start = end + 1;
    return start;
}

// What a message says of a mistake, without the call and the numbers of this one case: the
// sentence that names it, or the last one on what happened.
static void mistake_text(const struct test *test, char *text, size_t size)
{
    char *flat = must(strdup(test->message));
    for (char *c = flat; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    const char *says = strncmp(flat, "Called ", 7) == 0 ? behind_sentence(flat) : flat;
    const char *number = strstr(says, ": got "), *never = strstr(says, "never written");
    const bool names_it = number != NULL || never != NULL;
    const char *from =
        names_it ? behind_sentence(number != NULL ? number : never)
                 : flat + (last_paragraph(test->message + (says - flat)) - test->message);
    if (*from == '\0')
        from = number != NULL  ? "a number that no known mistake explains"
               : never != NULL ? "an element was never written"
                               : flat;
    size_t n = 0;
    for (; *from && n + 2 < size; from++) {
        const bool digit = *from >= '0' && *from <= '9';
        if (!digit || names_it)
            text[n++] = *from;
        else if (n == 0 || text[n - 1] != '#')
            text[n++] = '#';
    }
    text[n] = '\0';
    free(flat);
}

static void count_mistake(struct glance *glance, const struct test *test, size_t student)
{
    char text[512];
    mistake_text(test, text, sizeof text);
    for (size_t m = 0; m < glance->n_mistakes; m++) {
        struct mistake *mistake = &glance->mistakes[m];
        if (strcmp(mistake->function, test->function) != 0 ||
            strcmp(mistake->text, text) != 0)
            continue;
        mistake->n_students += mistake->last_student != student;
        mistake->last_student = student;
        return;
    }
    if (glance->n_mistakes % 64 == 0)
        glance->mistakes = must(realloc(glance->mistakes, (glance->n_mistakes + 64) *
                                                              sizeof *glance->mistakes));
    glance->mistakes[glance->n_mistakes++] =
        (struct mistake){must(strdup(test->function)), must(strdup(text)), 1, student};
}

static struct exercise *exercise_of(struct glance *glance, const char *chapter,
                                    const struct test *test)
{
    for (size_t e = 0; e < glance->n_exercises; e++)
        if (strcmp(glance->exercises[e].number, test->exercise) == 0)
            return &glance->exercises[e];
    if (glance->n_exercises == MAX_EXERCISES)
        return NULL;
    struct exercise *exercise = &glance->exercises[glance->n_exercises++];
    exercise->chapter = must(strdup(chapter));
    exercise->number = must(strdup(test->exercise));
    exercise->function = must(strdup(test->function));
    return exercise;
}

static void count_exercise(struct glance *glance, const struct part *part, size_t first)
{
    struct exercise *exercise = exercise_of(glance, part->chapter, &part->tests[first]);
    size_t verdict = 0;
    int points = 0, earned = 0;
    if (exercise == NULL)
        return;
    for (size_t t = first; t < part->n_tests; t++)
        if (strcmp(part->tests[t].exercise, exercise->number) == 0) {
            points += part->tests[t].points;
            earned += part->tests[t].earned;
            if (verdict == 0)
                verdict = part->tests[t].verdict;
        }
    exercise->n++;
    exercise->count[verdict]++;
    exercise->share += points > 0 ? (double)earned / points : 0;
}

static void count_slow(struct glance *glance, const char *student,
                       const struct part *part)
{
    struct slow *last = &glance->slow[LISTED_SLOW - 1];
    if (part->seconds <= last->seconds)
        return;
    free(last->student), free(last->chapter);
    *last =
        (struct slow){must(strdup(student)), must(strdup(part->chapter)), part->seconds};
    for (; last > glance->slow && last[-1].seconds < last->seconds; last--) {
        struct slow other = last[-1];
        last[-1] = last[0];
        last[0] = other;
    }
}

static void count_part(struct glance *glance, const struct student *student,
                       const struct part *part)
{
    glance->n_files++;
    glance->judged_seconds += part->seconds;
    count_slow(glance, student->name, part);
    for (size_t t = 0; t < part->n_tests; t++) {
        const struct test *test = &part->tests[t];
        if (is_first_of_exercise(part, t))
            count_exercise(glance, part, t);
        if (test->verdict > 0 && test->verdict < verdict_number("not written"))
            count_mistake(glance, test, student->index);
    }
}

static void count_student(struct glance *glance, const struct student *student)
{
    bool looked = false;
    glance->n_students++;
    for (size_t p = 0; p < student->n_parts; p++)
        count_part(glance, student, &student->parts[p]);
    if (!student->grader_error && student->points > 0) {
        glance->n_graded++;
        glance->tenths[student->earned * 10 / student->points]++;
    }
    for (size_t n = 0; n < student->n_notes; n++) {
        if (strcmp(student->notes[n].kind, "look") != 0)
            continue;
        fputs("<tr><td>", glance->looks_file);
        write_escaped(glance->looks_file, looked ? "" : student->name);
        fputs("</td><td>", glance->looks_file);
        write_escaped(glance->looks_file, student->notes[n].text);
        fputs("</td></tr>\n", glance->looks_file);
        looked = true;
    }
    glance->n_looks += looked;
}

static int more_students(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;
    if (x->n_students != y->n_students)
        return x->n_students < y->n_students ? 1 : -1;
    int order = strcmp(x->function, y->function);
    return order != 0 ? order : strcmp(x->text, y->text);
}

static int by_number(const void *a, const void *b)
{
    const struct exercise *x = a, *y = b;
    int order = atoi(x->number) - atoi(y->number);
    const char *p = strchr(x->number, '.'), *q = strchr(y->number, '.');
    return order != 0 || p == NULL || q == NULL ? order : atoi(p + 1) - atoi(q + 1);
}

static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" "
    "content=\"width=device-width\">\n<title>Grades</title>\n<style>\n"
    ":root { color-scheme: light dark; --line: #8886; --good: #2e8b57; --wrong: "
    "#c0392b;\n"
    "  --crash: #8e44ad; --none: #8889; --error: #d68910 }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;\n"
    "  padding: 0 1rem }\n"
    "h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid "
    "var(--line);\n"
    "  vertical-align: top }\n"
    "td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: "
    "nowrap }\n"
    ".bar { display: flex; height: 1.1rem; min-width: 14rem; background: var(--none) }\n"
    ".bar i { display: block } .key i { display: inline-block; width: .9rem; height: "
    ".9rem;\n"
    "  margin: 0 .3rem 0 1rem; vertical-align: -.1rem }\n"
    ".v0 { background: var(--good) } .v1 { background: var(--wrong) }\n"
    ".v2, .v3, .v4 { background: var(--crash) } .v5 { background: var(--none) }\n"
    ".v6 { background: #555 } .v7 { background: var(--error) }\n"
    "</style>\n<h1>The class at a glance</h1>\n";

static void write_exercises(FILE *file, struct glance *glance)
{
    qsort(glance->exercises, glance->n_exercises, sizeof *glance->exercises, by_number);
    fputs("<h2>Success by exercise</h2>\n<p class=\"key\">Students who handed in the "
          "chapter, by "
          "the verdict on the first test that they did not pass:",
          file);
    for (size_t v = 0; v < N_VERDICTS; v++)
        if (v != 3 && v != 4)
            fprintf(file, " <i class=\"v%zu\"></i>%s", v,
                    v == 2 ? "crash, time-out, out of memory" : verdicts[v]);
    fputs("</p>\n<table>\n<tr><th>Exercise<th>Function<th class=\"n\">Solved<th "
          "class=\"n\">Points"
          "<th>Verdicts</tr>\n",
          file);
    for (size_t e = 0; e < glance->n_exercises; e++) {
        const struct exercise *x = &glance->exercises[e];
        fprintf(file,
                "<tr><td>%s<td>%s<td class=\"n\">%zu of %zu<td class=\"n\">%.0f %%"
                "<td><div class=\"bar\">",
                x->number, x->function, x->count[0], x->n, 100 * x->share / (double)x->n);
        for (size_t v = 0; v < N_VERDICTS; v++)
            if (x->count[v] > 0)
                fprintf(file,
                        "<i class=\"v%zu\" style=\"width:%.2f%%\" title=\"%zu %s\"></i>",
                        v, 100.0 * (double)x->count[v] / (double)x->n, x->count[v],
                        verdicts[v]);
        fputs("</div></tr>\n", file);
    }
    fputs("</table>\n", file);
}

static void write_mistakes(FILE *file, struct glance *glance)
{
    if (glance->n_mistakes > 0)
        qsort(glance->mistakes, glance->n_mistakes, sizeof *glance->mistakes,
              more_students);
    fputs("<h2>The mistakes most often named</h2>\n<table>\n<tr><th class=\"n\">Students"
          "<th>Function<th>What the judge said</tr>\n",
          file);
    for (size_t m = 0; m < glance->n_mistakes && m < LISTED_MISTAKES; m++) {
        fprintf(file, "<tr><td class=\"n\">%zu<td>%s<td>", glance->mistakes[m].n_students,
                glance->mistakes[m].function);
        write_escaped(file, glance->mistakes[m].text);
        fputs("</tr>\n", file);
    }
    fputs("</table>\n", file);
}

static void write_shares(FILE *file, const struct glance *glance)
{
    size_t most = 1;
    for (size_t k = 0; k < 11; k++)
        most = glance->tenths[k] > most ? glance->tenths[k] : most;
    fputs("<h2>How many points</h2>\n<p>Of the chapters that a student handed "
          "in.</p>\n<table>\n"
          "<tr><th>Share<th class=\"n\">Students<th></tr>\n",
          file);
    for (size_t k = 11; k-- > 0;)
        fprintf(file,
                "<tr><td>%s%zu %%<td class=\"n\">%zu<td><div class=\"bar\" "
                "style=\"background:"
                "none\"><i class=\"v0\" style=\"width:%.1f%%\"></i></div></tr>\n",
                k < 10 ? "from " : "", k * 10, glance->tenths[k],
                100.0 * (double)glance->tenths[k] / (double)most);
    fputs("</table>\n", file);
}

static void write_slow(FILE *file, const struct glance *glance)
{
    fputs("<h2>What took longest</h2>\n<table>\n<tr><th "
          "class=\"n\">Seconds<th>Student<th>Chapter"
          "</tr>\n",
          file);
    for (size_t s = 0; s < LISTED_SLOW && glance->slow[s].student != NULL; s++) {
        fprintf(file, "<tr><td class=\"n\">%.1f<td>", glance->slow[s].seconds);
        write_escaped(file, glance->slow[s].student);
        fprintf(file, "<td>%s</tr>\n", glance->slow[s].chapter);
    }
    fputs("</table>\n", file);
}

static void write_page(FILE *file, struct glance *glance, const struct records *r,
                       double seconds)
{
    fflush(glance->looks_file);
    fputs(page_head, file);
    fprintf(
        file,
        "<p>%zu students, %zu files. Building and judging them took %.0f s of work, the "
        "last run %d:%02d min. Seed: ",
        glance->n_students, glance->n_files, glance->judged_seconds, (int)seconds / 60,
        (int)seconds % 60);
    write_escaped(file, r->seed);
    fprintf(file, ". Isolation level %d of 3: ", r->isolation);
    write_escaped(file, r->isolation_text);
    fprintf(file, ".</p>\n<h2>Needs a look by hand: %zu</h2>\n", glance->n_looks);
    if (glance->n_looks > 0)
        fprintf(file, "<table>\n<tr><th>Student<th>Why</tr>\n%s</table>\n",
                glance->looks);
    else
        fputs("<p>Nobody.</p>\n", file);
    write_exercises(file, glance);
    write_mistakes(file, glance);
    write_shares(file, glance);
    write_slow(file, glance);
}

static void free_glance(struct glance *glance)
{
    for (size_t e = 0; e < glance->n_exercises; e++) {
        struct exercise *x = &glance->exercises[e];
        free(x->chapter), free(x->number), free(x->function);
    }
    for (size_t m = 0; m < glance->n_mistakes; m++)
        free(glance->mistakes[m].function), free(glance->mistakes[m].text);
    for (size_t s = 0; s < LISTED_SLOW; s++)
        free(glance->slow[s].student), free(glance->slow[s].chapter);
    fclose(glance->looks_file);
    free(glance->mistakes), free(glance->looks);
}

// ---- all together -------------------------------------------------------------------

// The shards are of one class, judged by the same tests, and none is missing or there
// twice.
static bool fit_together(const struct records *r, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (strcmp(r[k].tests, r[0].tests) != 0 || strcmp(r[k].seed, r[0].seed) != 0)
            return say("%s was judged by other tests, or another seed, than %s",
                       r[k].path, r[0].path);
        if (strcmp(r[k].class, r[0].class) != 0)
            return say("%s is of another class than %s", r[k].path, r[0].path);
        if (r[k].n_shards != r[0].n_shards)
            return say("%s is a share of %zu, %s of %zu", r[k].path, r[k].n_shards,
                       r[0].path, r[0].n_shards);
        for (size_t j = 0; j < k; j++)
            if (r[j].shard == r[k].shard)
                return say("share %zu is there twice: %s, %s", r[k].shard, r[j].path,
                           r[k].path);
    }
    for (size_t shard = 1; shard <= r[0].n_shards; shard++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found = found || r[k].shard == shard;
        if (!found)
            return say("share %zu of %zu is missing", shard, r[0].n_shards);
    }
    return true;
}

struct reports {
    char folder[PATH_MAX];
    FILE *csv, *json, *junit, *page;
    bool good;
};

// Only the first failure is told: on a full disk all that comes behind it fails, too.
static void fail(struct reports *reports, const char *cannot, const char *path)
{
    if (reports->good)
        say("cannot %s %s: %s", cannot, path, strerror(errno));
    reports->good = false;
}

// A report is written beside its place, and all are put there when all are whole.
static FILE *open_report(struct reports *reports, const char *name)
{
    char path[PATH_MAX];
    FILE *file = fopen(joined(path, "%s/%s.new", reports->folder, name), "w");
    if (file == NULL)
        fail(reports, "write", path);
    return file;
}

static void end_report(struct reports *reports, FILE **report, const char *name)
{
    FILE *file = *report;
    *report = NULL;
    bool good =
        file != NULL && !ferror(file) && fflush(file) == 0 && fsync(fileno(file)) == 0;
    good = file != NULL && fclose(file) == 0 && good;
    if (!good)
        fail(reports, "write", name);
}

// What could not be ended leaves the reports of before.
static void free_reports(struct reports *reports)
{
    FILE *const files[] = {reports->csv, reports->json, reports->junit, reports->page};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] != NULL)
            fclose(files[i]);
}

static void new_folder(struct reports *reports, const char *name)
{
    char path[PATH_MAX];
    remove_folder(joined(path, "%s/%s.new", reports->folder, name));
    if (mkdir(path, 0755) != 0)
        fail(reports, "make the folder", path);
}

// A folder makes room for the new one first.
static void place(struct reports *reports, const char *name, bool is_folder)
{
    char from[PATH_MAX], to[PATH_MAX];
    joined(from, "%s/%s.new", reports->folder, name);
    joined(to, "%s/%s", reports->folder, name);
    if (is_folder)
        remove_folder(to);
    if (rename(from, to) != 0)
        fail(reports, "write", to);
}

static void write_own_file(struct reports *reports, const struct student *student,
                           const char *folder, const char *ending,
                           void (*write)(FILE *, const struct student *))
{
    char path[PATH_MAX];
    FILE *file = fopen(joined(path, "%s/%s.new/%.200s.%s", reports->folder, folder,
                              student->title, ending),
                       "wx");
    for (int k = 1; file == NULL && errno == EEXIST; k++) // a name that looks the same
        file = fopen(joined(path, "%s/%s.new/%.200s-%zu.%d.%s", reports->folder, folder,
                            student->title, student->index + 1, k, ending),
                     "wx");
    if (file != NULL)
        write(file, student);
    bool good = file != NULL && !ferror(file);
    good = file != NULL && fclose(file) == 0 && good;
    if (!good)
        fail(reports, "write", path);
}

static void open_reports(struct reports *reports, const struct records *r, double seconds)
{
    new_folder(reports, "feedback");
    new_folder(reports, "gradescope");
    reports->csv = open_report(reports, "grades.csv");
    reports->json = open_report(reports, "results.json");
    reports->junit = open_report(reports, "junit.xml");
    reports->page = open_report(reports, "report.html");
    if (!reports->good)
        return;
    fputs("student", reports->csv);
    for (size_t c = 0; c < n_chapters; c++)
        fprintf(reports->csv, ",%s", chapters[c].name);
    fputs(",total\n", reports->csv);
    write_json_head(reports->json, r, seconds);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", reports->junit);
}

static void report_student(struct reports *reports, const struct student *student)
{
    write_csv_row(reports->csv, student);
    fputs(student->index > 0 ? ",\n" : "", reports->json);
    write_json_student(reports->json, student);
    write_junit_student(reports->junit, student);
    write_own_file(reports, student, "feedback", "txt", write_feedback);
    if (!student->grader_error) // no score is better than a wrong one
        write_own_file(reports, student, "gradescope", "json", write_gradescope);
}

static void close_reports(struct reports *reports)
{
    fputs("\n  ]\n}\n", reports->json);
    fputs("</testsuites>\n", reports->junit);
    end_report(reports, &reports->csv, "grades.csv");
    end_report(reports, &reports->json, "results.json");
    end_report(reports, &reports->junit, "junit.xml");
    end_report(reports, &reports->page, "report.html");
    if (!reports->good)
        return;
    place(reports, "feedback", true);
    place(reports, "gradescope", true);
    place(reports, "results.json", false);
    place(reports, "junit.xml", false);
    place(reports, "report.html", false);
    place(reports, "grades.csv", false);
}

// Every student of the class in turn: the next one is in the share whose turn it is.
static bool write_students(struct reports *reports, struct records *r, size_t n,
                           struct glance *glance)
{
    for (size_t index = 0; index < r[0].n_students && reports->good; index++) {
        struct records *from = NULL;
        struct student student;
        for (size_t k = 0; k < n; k++)
            if (r[k].shard == index % r[0].n_shards + 1)
                from = &r[k];
        bool good = read_student(from, &student);
        if (good && student.index != index)
            good = say("%s: student %zu is missing", from->path, index + 1);
        if (good) {
            report_student(reports, &student);
            count_student(glance, &student);
        }
        free_student(&student);
        if (!good)
            return false;
    }
    for (size_t k = 0; k < n && reports->good; k++)
        if (!starts(&r[k], "end"))
            return say("%s: more students than the class has", r[k].path);
    return reports->good;
}

// The weakest isolation of all shares, and the seconds that they took together.
static double sum_up(struct records *r, size_t n)
{
    double seconds = 0;
    for (size_t k = 0; k < n; k++) {
        seconds += r[k].seconds;
        if (r[k].isolation > r[0].isolation) {
            r[0].isolation = r[k].isolation;
            memcpy(r[0].isolation_text, r[k].isolation_text, sizeof r[0].isolation_text);
        }
    }
    return seconds;
}

static bool report(struct records *r, size_t n, struct reports *reports,
                   struct glance *glance)
{
    const double seconds = sum_up(r, n);
    open_reports(reports, &r[0], seconds);
    if (!reports->good || !write_students(reports, r, n, glance))
        return false;
    write_page(reports->page, glance, &r[0], seconds);
    close_reports(reports);
    return reports->good;
}

bool write_reports(const char *const *paths, size_t n, const char *folder)
{
    struct records *r = must(calloc(n, sizeof *r));
    struct glance *glance = must(calloc(1, sizeof *glance));
    struct reports reports = {.good = true};
    size_t n_open = 0;
    n_chapters = 0;
    glance->looks_file = must(open_memstream(&glance->looks, &glance->looks_size));
    joined(reports.folder, "%s", folder);
    while (n_open < n && open_records(&r[n_open], paths[n_open], n_open == 0))
        n_open++;
    bool good = n_open == n && fit_together(r, n) && report(r, n, &reports, glance);
    if (good)
        printf("%zu need a look by hand. Grades: %s/grades.csv, the class at a glance: "
               "%s/report.html\n",
               glance->n_looks, folder, folder);
    for (size_t k = 0; k < n; k++) {
        if (r[k].file != NULL)
            fclose(r[k].file);
        free(r[k].line);
    }
    free_reports(&reports);
    free_glance(glance);
    free(glance);
    free(r);
    return good;
}
