// See exports.h. Whatever of a name the student chose stands behind what the course
// system wrote: so each pattern is taken where it comes first.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "exports.h"
#include "collect.h"
#include "names.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const course_systems[] = {"",           "Canvas",      "Moodle",
                                      "Blackboard", "Brightspace", "Gradescope"};

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static char *copy(const char *from, size_t n)
{
    return must(strndup(from, n));
}

static void take(struct entry *entry, enum course_system system, char *who, char *student,
                 const char *file)
{
    entry->system = system;
    entry->who = who;
    entry->student = student;
    entry->file = must(strdup(file));
}

// ---- Canvas -------------------------------------------------------------------------

// "-2" before the ending of a name: Canvas writes it when there is such a file already.
static size_t version_at(const char *file, unsigned long *version)
{
    const char *dash = strrchr(file, '-');
    *version = 0;
    if (dash == NULL || digits(dash + 1) == 0 || digits(dash + 1) > 4 ||
        (dash[1 + digits(dash + 1)] != '.' && dash[1 + digits(dash + 1)] != '\0'))
        return 0;
    *version = strtoul(dash + 1, NULL, 10);
    return (size_t)(dash - file);
}

static void take_canvas(struct entry *entry, size_t name, const char *id, size_t n_id,
                        const char *file)
{
    char *student = printed("%.*s_%.*s", (int)name, entry->name, (int)n_id, id);
    take(entry, CANVAS, printed("canvas %s", student), student, file);
    size_t at = version_at(file, &entry->version);
    if (at > 0) { // without the version that is the student's own name for it
        const char *ending = file + at + 1 + digits(file + at + 1);
        memmove(entry->file + at, ending, strlen(ending) + 1);
    }
}

// name_101_501_file, name_LATE_101_501_file; text that was typed in: name_101_text.html.
static bool read_canvas(struct entry *entry)
{
    for (const char *bar = strchr(entry->name, '_'); bar != NULL;
         bar = strchr(bar + 1, '_')) {
        const char *id = bar + 1 + (strncasecmp(bar + 1, "LATE_", 5) == 0 ? 5 : 0);
        bool anonymous = starts(entry->name, "anon") && bar - entry->name == 4;
        size_t n = anonymous ? strcspn(id, "_") : digits(id);
        if (bar == entry->name || n == 0 || id[n] != '_' || *id == '0')
            continue;
        const char *number = id + n + 1, *file = number + digits(number);
        size_t name = (size_t)(bar - entry->name);
        if (file > number && *number != '0' && file[0] == '_' && file[1] != '\0') {
            take_canvas(entry, name, id, n, file + 1);
            snprintf(entry->when, sizeof entry->when, "%020llu",
                     strtoull(number, NULL, 10));
        } else if (strcmp(number, "text.html") == 0 || strcmp(number, "link.html") == 0)
            take_canvas(entry, name, id, n, number);
        else
            continue;
        return true;
    }
    return false;
}

static void forget(struct entry *entry)
{
    free(entry->who), free(entry->student), free(entry->file);
    *entry = (struct entry){.name = entry->name, .is_folder = entry->is_folder};
}

static int by_when(const void *a, const void *b)
{
    const struct entry *const *first = a, *const *second = b;
    return strcmp((*first)->when, (*second)->when);
}

// Every file of an export has a number of its own, else these are other names with
// numbers in them, such as dates: all of them are plain names then.
static void doubt_canvas(struct entry *entries, size_t n)
{
    struct entry **files = must(calloc(n + 1, sizeof(struct entry *)));
    size_t n_files = 0;
    bool twice = false;
    for (size_t i = 0; i < n; i++)
        if (entries[i].system == CANVAS && *entries[i].when)
            files[n_files++] = &entries[i];
    qsort(files, n_files, sizeof *files, by_when);
    for (size_t i = 1; i < n_files; i++)
        twice = twice || strcmp(files[i]->when, files[i - 1]->when) == 0;
    for (size_t i = 0; i < n; i++)
        if (entries[i].system == CANVAS && (twice || n_files == 0))
            forget(&entries[i]);
    free(files);
}

// ---- Moodle -------------------------------------------------------------------------

// "Anna Beispiel_12345_assignsubmission_file_", with or without a file's name behind it.
static bool read_moodle(struct entry *entry)
{
    const char *sign = strstr(entry->name, "_assignsubmission_");
    if (sign == NULL)
        return false;
    const char *number = sign;
    while (number > entry->name && digits(number - 1) > 0)
        number--;
    if (number == sign || number < entry->name + 2 || number[-1] != '_')
        return false;
    const char *file = sign + strlen("_assignsubmission_");
    file += strcspn(file, "_");
    size_t n = (size_t)(sign - entry->name);
    take(entry, MOODLE, printed("moodle %.*s", (int)n, entry->name), copy(entry->name, n),
         *file == '_' ? file + 1 : file);
    return true;
}

// The number is another one in each assignment, so "Anna_1" and "Anna_2" may be one student
// or two of that name.
static void doubt_moodle(struct entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = entries[i].student;
        for (size_t k = 0;
             entries[i].system == MOODLE && k < n && !entries[i].is_doubtful; k++) {
            const size_t length = (size_t)(strrchr(name, '_') + 1 - name);
            entries[i].is_doubtful = entries[k].system == MOODLE &&
                                     !strncmp(name, entries[k].student, length) &&
                                     strchr(entries[k].student + length, '_') == NULL &&
                                     strcmp(name, entries[k].student) != 0;
        }
    }
}

// ---- Blackboard ---------------------------------------------------------------------

static bool is_stamp(const char *text)
{
    static const char pattern[] = "0000-00-00-00-00-00";
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == '0' ? digits(text + i) == 0 : text[i] != pattern[i])
            return false;
    return true;
}

// "hw1_anna_attempt_2026-01-31-10-15-22_file", and the same with .txt for the attempt.
static bool read_blackboard(struct entry *entry)
{
    static const char sign[] = "_attempt_";
    const char *at = strstr(entry->name, sign);
    while (at != NULL && !is_stamp(at + strlen(sign)))
        at = strstr(at + 1, sign);
    if (at == NULL || at == entry->name)
        return false;
    const char *stamp = at + strlen(sign), *file = stamp + 19;
    if (*file != '_' && strcmp(file, ".txt") != 0)
        return false;
    size_t n = (size_t)(at - entry->name);
    take(entry, BLACKBOARD, printed("blackboard %.*s", (int)n, entry->name),
         copy(entry->name, n), *file == '_' ? file + 1 : "");
    snprintf(entry->when, sizeof entry->when, "%.19s", stamp);
    return true;
}

// What stands before the student is the assignment, and the same in all names: without
// it they are still different. Of a single student the last word is taken.
static void name_blackboard(struct entry *entries, size_t n)
{
    const char *first = NULL;
    size_t common = 0, others = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = entries[i].student;
        if (entries[i].system != BLACKBOARD)
            continue;
        if (first == NULL)
            first = name, common = strlen(name);
        others += strcmp(first, name) != 0;
        for (size_t k = 0; k < common; k++)
            if (name[k] != first[k])
                common = k;
    }
    while (first != NULL && common > 0 && (first[common - 1] != '_' || !first[common]))
        common--;
    for (size_t i = 0; i < n; i++)
        if (entries[i].system == BLACKBOARD) {
            char *name = entries[i].student, *bar = strrchr(name, '_');
            size_t skip = others > 0    ? common
                          : bar != NULL ? (size_t)(bar + 1 - name)
                                        : 0;
            memmove(name, name + skip, strlen(name + skip) + 1);
        }
}

// "a1_anna" and "a2_anna" may be two assignments of one student, or two students.
static void doubt_blackboard(struct entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *bar =
            entries[i].system == BLACKBOARD ? strrchr(entries[i].student, '_') : NULL;
        for (size_t k = 0; bar != NULL && k < n && !entries[i].is_doubtful; k++) {
            const char *other =
                entries[k].system == BLACKBOARD ? strrchr(entries[k].student, '_') : NULL;
            entries[i].is_doubtful = other != NULL && strcmp(bar, other) == 0 &&
                                     strcmp(entries[i].who, entries[k].who) != 0;
        }
    }
}

// ---- Brightspace --------------------------------------------------------------------

struct moment {
    int year, month, day, time;
    bool afternoon, half;
};

// A word of "Jan 31, 2026 1015 AM" or "31 January 2026 10:15 PM".
static bool read_moment_word(struct moment *moment, const char *word)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    size_t n = digits(word);
    if (n > 0 && moment->year > 0) {
        int minutes = word[n] == ':' ? atoi(word + n + 1) : 0;
        moment->time = word[n] == ':' ? 100 * atoi(word) + minutes : atoi(word);
        return moment->time < 2400;
    }
    if (n == 4)
        return (moment->year = atoi(word)) > 1900;
    if (n > 0)
        return n <= 2 && (moment->day = atoi(word)) <= 31;
    moment->half = moment->half || !strcasecmp(word, "am") || !strcasecmp(word, "pm");
    moment->afternoon = moment->afternoon || strcasecmp(word, "pm") == 0;
    if (strcasecmp(word, "am") == 0 || strcasecmp(word, "pm") == 0)
        return true;
    for (int m = 0; m < 12 && moment->month == 0; m++)
        if (strncasecmp(word, months + 3 * m, 3) == 0)
            moment->month = m + 1;
    return moment->month > 0;
}

// Writes the moment that a text names such that later ones come later. False if it is
// none.
static bool read_moment(char *when, size_t size, const char *text, size_t n)
{
    struct moment moment = {.time = -1};
    char *words = copy(text, n), *rest = words;
    bool good = true;
    for (char *word; good && (word = strsep(&rest, " ,")) != NULL;)
        good = *word == '\0' || read_moment_word(&moment, word);
    free(words);
    if (!good || !moment.year || !moment.month || !moment.day || moment.time < 0)
        return false;
    int hour = moment.time / 100;
    if (moment.half)
        hour = hour % 12 + 12 * moment.afternoon;
    snprintf(when, size, "%04d%02d%02d%02d%02d", moment.year, moment.month, moment.day,
             hour, moment.time % 100);
    return true;
}

// "12345-67890 - Anna Beispiel - Jan 31, 2026 1015 AM", with " - " and a file's name
// behind it or not; older ones have "Beispiel- Jan". In a language that is not known here
// the last part is the moment.
static bool read_brightspace(struct entry *entry)
{
    const char *dash = entry->name + digits(entry->name);
    size_t n_second = *dash == '-' ? digits(dash + 1) : 0;
    const char *name = dash + 1 + n_second, *at, *last = NULL, *file = "";
    if (dash == entry->name || n_second == 0 || !starts(name, " - "))
        return false;
    name += 3;
    for (at = strstr(name, "- "); at != NULL; at = strstr(at + 1, "- ")) {
        const char *end = strstr(at + 2, " - ");
        size_t n = end != NULL ? (size_t)(end - at - 2) : strlen(at + 2);
        const bool moment = read_moment(entry->when, sizeof entry->when, at + 2, n);
        if (moment || (at > name && at[-1] == ' '))
            last = at;
        file = moment && end != NULL ? end + 3 : "";
        if (moment)
            break;
    }
    if (last == NULL || (at == NULL && !entry->is_folder))
        return false;
    while (last > name && last[-1] == ' ')
        last--;
    size_t n = (size_t)(last - name), n_id = (size_t)(dash - entry->name);
    take(entry, BRIGHTSPACE,
         printed("brightspace %.*s %.*s", (int)n_id, entry->name, (int)n, name),
         copy(name, n), file);
    return true;
}

// ---- Gradescope ---------------------------------------------------------------------

// The character that "\u00e9" names: *from is behind the backslash, and moves to the last
// digit. 0 if it is none.
static unsigned long named_character(const char **from)
{
    char hex[9] = "";
    size_t n = **from == 'x' ? 2 : **from == 'u' ? 4 : **from == 'U' ? 8 : 0;
    if (n == 0 || strspn(*from + 1, "0123456789abcdefABCDEF") < n)
        return 0;
    memcpy(hex, *from + 1, n);
    *from += n;
    const unsigned long character = strtoul(hex, NULL, 16);
    return character <= 0x10ffff ? character : 0;
}

// A scalar of YAML that fits a line: plain, 'quoted' or "quoted", in which a backslash
// stands before a sign or names a character.
static char *scalar(const char *text)
{
    char quote = *text == '\'' || *text == '"' ? *text : '\0';
    char *made = must(malloc(strlen(text) + 1)), *to = made;
    for (const char *from = text + (quote != '\0'); *from && *from != '\r'; from++) {
        unsigned long named = 0;
        if (quote == '"' && *from == '\\' && from[1] != '\0') {
            from++;
            named = named_character(&from);
        } else if (quote != '\0' && *from == quote && (*++from != quote || quote == '"'))
            break;
        if (named > 0)
            to += put_character(to, (uint32_t)named);
        else
            *to++ = *from;
    }
    *to = '\0';
    return made;
}

static void add_submitter(struct entry **entries, size_t *n, size_t folder, char *name)
{
    struct entry *entry = &(*entries)[folder];
    if (entry->system == GRADESCOPE) { // a group: one more student with this folder
        *entries = must(realloc(*entries, (*n + 2) * sizeof **entries));
        entry = &(*entries)[(*n)++];
        *entry = (struct entry){.name = must(strdup((*entries)[folder].name)),
                                .is_folder = true};
    }
    take(entry, GRADESCOPE, printed("gradescope %s %s", entry->name, name), name, "");
}

static int compare_name(const void *name, const void *entry)
{
    return strcmp(name, ((const struct entry *)entry)->name);
}

// The folder of that name, of the first n, which are sorted; n if there is none.
static size_t folder_called(const struct entry *entries, size_t n, const char *name)
{
    const struct entry *found =
        n > 0 ? bsearch(name, entries, n, sizeof *entries, compare_name) : NULL;
    return found != NULL && found->is_folder ? (size_t)(found - entries) : n;
}

// Lines "submission_1:" in column 0, "  :submitters:" below it, then "  - :name: Anna". What stands
// farther to the right than the first of these goes on with a name, whatever it looks like.
static void read_gradescope(struct entry **entries, size_t *n, const char *metadata)
{
    char *text = must(strdup(metadata)), *rest = text;
    size_t n_folders = *n, folder = *n, column = 0;
    bool inside = false;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t indent = strspn(line, " "), marks = strspn(line, " -");
        if (indent == 0 && starts(line, "submission_")) {
            line[strcspn(line, ":")] = '\0';
            folder = folder_called(*entries, n_folders, line);
        }
        if (indent <= 2 && marks == indent) {
            inside = starts(line + indent, ":submitters:");
            column = 0;
            continue;
        }
        column = column > 0 ? column : marks;
        if (inside && marks == column && folder < n_folders &&
            starts(line + marks, ":name: ") && *n < n_folders + 10000)
            add_submitter(entries, n, folder, scalar(line + marks + 7));
    }
    free(text);
}

// ---- all of them --------------------------------------------------------------------

// In the order in which they are asked.
static const struct {
    enum course_system system;
    bool (*read)(struct entry *entry);
    bool of_folders; // too
} readers[] = {
    {MOODLE, read_moodle, true},
    {BRIGHTSPACE, read_brightspace, true},
    {BLACKBOARD, read_blackboard, false},
    {CANVAS, read_canvas, false},
};
enum { N_READERS = sizeof readers / sizeof *readers };

static bool reads(size_t reader, struct entry *entry)
{
    const bool good =
        (readers[reader].of_folders || !entry->is_folder) && readers[reader].read(entry);
    if (!good)
        *entry->when = '\0';
    return good;
}

// The reader who can read a name, or N_READERS if there is none, or more than one.
static size_t only_reader(struct entry *entry)
{
    size_t only = N_READERS;
    for (size_t r = 0; r < N_READERS; r++)
        if (reads(r, entry)) {
            forget(entry);
            if (only < N_READERS)
                return N_READERS;
            only = r;
        }
    return only;
}

// Whoever hands in to one course system can call a file such that its name there looks like
// another one's, and names somebody else: so such a name is of the system of most others.
static void read_names(struct entry *entries, size_t n)
{
    size_t n_only[N_READERS + 1] = {0}, order[N_READERS] = {0};
    for (size_t i = 0; i < n; i++)
        if (entries[i].system == PLAIN)
            n_only[only_reader(&entries[i])]++;
    for (size_t r = 1, k; r < N_READERS; r++) {
        for (k = r; k > 0 && n_only[order[k - 1]] < n_only[r]; k--)
            order[k] = order[k - 1];
        order[k] = r;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < N_READERS && entries[i].system == PLAIN; k++)
            if (reads(order[k],
                      &entries[i])) // by this one alone, where there is such a name
                entries[i].is_doubtful = n_only[order[k]] == 0;
}

void read_exports(struct entry **entries, size_t *n, const char *metadata)
{
    if (metadata != NULL)
        read_gradescope(entries, n, metadata);
    read_names(*entries, *n);
    doubt_canvas(*entries, *n);
    name_blackboard(*entries, *n);
    doubt_blackboard(*entries, *n);
    doubt_moodle(*entries, *n);
}

int handed_in_later(const struct entry *a, const struct entry *b)
{
    if (a == b || a->system != b->system || !*a->when || !*b->when)
        return 0;
    if (a->system != CANVAS)
        return strcmp(b->when, a->when);
    if (strcmp(a->file, b->file) != 0) // of one attempt: no order between its files
        return 0;
    return a->version != b->version ? (b->version > a->version ? 1 : -1)
                                    : strcmp(b->when, a->when);
}

void free_entry(struct entry *entry)
{
    forget(entry);
    free(entry->name);
}
