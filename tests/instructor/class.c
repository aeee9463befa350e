// Who has handed in: the entries of $SUBMISSIONS, put together to students. See collect.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "archive.h"
#include "clean.h"
#include "collect.h"
#include "exports.h"
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    NAME_LENGTH = 150, // of a student's name, in bytes
    MAX_LISTED = 20,   // entries that are told to be ignored
    MAX_SAMPLE = 1000, // entries that tell what a folder is
};

struct student *students;
size_t n_students;
static struct entry *entries; // of $SUBMISSIONS, those of one student beside each other
static size_t n_entries;

// One line for each of the first entries that are nobody's work.
static void say_ignored(const char *name, const char *why, size_t n_before)
{
    char *text = printed("%s is ignored: %s.", brief(name), why);
    clean_text(text);
    if (n_before < MAX_LISTED)
        puts(text);
    free(text);
}

// An archive's student is called by its name without the ending, unless somebody else is.
static char *plain_student(struct entry *all, size_t n, size_t index)
{
    const char *name = all[index].name;
    size_t length = strlen(name), k = all[index].is_folder ? 0 : archive_ending(name);
    for (size_t i = 0; i < n; i++) {
        const char *other = i < index && all[i].student ? all[i].student : all[i].name;
        if (k > 0 && i != index && strlen(other) == length - k &&
            strncmp(other, name, length - k) == 0) {
            all[index].is_twin = true;
            k = 0;
        }
    }
    return must(strndup(name, length - k));
}

static char *read_metadata(int folder)
{
    char *text = must(malloc(16 << 20));
    int from = openat(folder, "submission_metadata.yml",
                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    size_t n = 0;
    ssize_t got = from >= 0 ? 1 : 0;
    while (got > 0 && n < (16 << 20) - 1) {
        got = read(from, text + n, (16 << 20) - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    text[n] = '\0';
    if (from >= 0)
        close(from);
    return text;
}

// The entries of a folder of students, `most` of them, with all that their names say.
static bool list_class(int folder, size_t most, struct entry **list, size_t *n)
{
    struct stat status;
    bool all;
    char **names = names_in(folder, most, n, &all);
    if (names == NULL)
        return false;
    *list = must(calloc(*n + 1, sizeof **list));
    for (size_t i = 0; i < *n; i++) {
        (*list)[i].name = names[i];
        (*list)[i].is_folder =
            fstatat(folder, names[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(status.st_mode);
    }
    free(names);
    char *metadata = read_metadata(folder);
    read_exports(list, n, *metadata ? metadata : NULL);
    free(metadata);
    return true;
}

static void free_list(struct entry *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free_entry(&list[i]);
    free(list);
}

// A folder that is no student's but what a course system exported: at least half of it
// has names of its kind, and no chapter's file is in it. It may be a student's all the same,
// so a part of it must do.
static bool is_export(int class, const char *name)
{
    struct entry *list;
    size_t n, n_exported = 0, n_chapters = 0;
    int folder = open_folder(class, name);
    if (folder < 0)
        return false;
    bool good = list_class(folder, MAX_SAMPLE, &list, &n);
    close(folder);
    for (size_t i = 0; good && i < n; i++) {
        n_exported += list[i].system != PLAIN;
        n_chapters += chapter_of(list[i].name) < collecting.n_chapters;
    }
    if (good)
        free_list(list, n);
    return good && n_exported > 0 && 2 * n_exported >= n && n_chapters == 0;
}

static bool is_left_out(const char *name)
{
    return name[0] == '.' || strcmp(name, "__MACOSX") == 0 ||
           strcmp(name, "submission_metadata.yml") == 0;
}

// The length of a name without what a browser or a system adds to that of a second one, or 0.
static size_t without_copy(const char *name)
{
    static const char *const signs[] = {" (", " - Copy", " copy"};
    const char *at = NULL;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && at == NULL; i++)
        at = strstr(name, signs[i]);
    return at == NULL || at == name || at[strcspn(at, ".")] != '\0' ? 0
                                                                    : (size_t)(at - name);
}

// "anna" and "anna (1)" may be two students, or what one has handed in twice.
static void note_copies(void)
{
    for (size_t i = 0; i < n_entries; i++) {
        const size_t n =
            entries[i].system == PLAIN ? without_copy(entries[i].student) : 0;
        for (size_t k = 0; n > 0 && k < n_entries; k++)
            if (k != i && entries[k].system == PLAIN &&
                strncmp(entries[k].student, entries[i].student, n) == 0 &&
                entries[k].student[n] == '\0')
                entries[i].is_twin = true;
    }
}

// The students among what course systems did not name: folders, archives, and single
// files that could be somebody's work. The others are told of and left out.
static void read_plain_entries(int class)
{
    struct stat status;
    size_t n = 0, n_ignored = 0;
    for (size_t i = 0; i < n_entries; i++) {
        struct entry *entry = &entries[i];
        const char *name = entry->name;
        bool link = fstatat(class, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
                    S_ISLNK(status.st_mode);
        bool left_out = is_left_out(name);
        char *look = must(look_of(name));
        bool work = entry->is_folder || link || could_be_work(name) || is_source(look);
        free(look);
        if (entry->system == PLAIN && (left_out || !work)) {
            say_ignored(name,
                        left_out ? "it is nobody's work"
                                 : "it is neither a folder nor an archive",
                        n_ignored++);
            free_entry(entry);
            continue;
        }
        if (entry->system == PLAIN)
            entry->file = must(strdup(name));
        entry->is_stray = entry->system == PLAIN && !entry->is_folder &&
                          archive_kind_of(name) == NO_ARCHIVE;
        entries[n++] = *entry;
    }
    n_entries = n;
    if (n_ignored > MAX_LISTED)
        printf("%zu more entries are ignored.\n", n_ignored - MAX_LISTED);
    for (size_t i = 0; i < n; i++)
        if (entries[i].system == PLAIN) {
            entries[i].student = plain_student(entries, n, i);
            entries[i].who = printed("plain %s", entries[i].student);
        }
    note_copies();
}

static int by_who(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    int order = strcmp(first->who, second->who);
    order = order != 0 ? order : strcmp(first->when, second->when);
    return order != 0 ? order : strcmp(first->name, second->name);
}

static int by_student(const void *a, const void *b)
{
    const struct student *first = a, *second = b;
    int order = strcmp(first->name, second->name);
    return order != 0 ? order
                      : (first->first > second->first) - (first->first < second->first);
}

static bool is_taken(char *const *looks, size_t n, const char *look)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(looks[i], look) == 0)
            return true;
    return false;
}

// Names that look alike, or that some file system takes for the same, get a number.
static void make_names_differ(void)
{
    char **looks = must(calloc(n_students, sizeof *looks));
    for (size_t i = 0; i < n_students; i++) {
        struct student *student = &students[i];
        looks[i] = must(look_of(student->name));
        for (unsigned number = 2; is_taken(looks, i, looks[i]); number++) {
            free(student->name);
            free(looks[i]);
            char *base = must(clean_name(entries[student->first].student, NAME_LENGTH));
            student->name = printed("%s (%u)", base, number);
            student->renamed = true;
            looks[i] = must(look_of(student->name));
            free(base);
        }
    }
    for (size_t i = 0; i < n_students; i++)
        free(looks[i]);
    free(looks);
}

static void find_students(void)
{
    if (n_entries > 0)
        qsort(entries, n_entries, sizeof *entries, by_who);
    students = must(calloc(n_entries + 1, sizeof *students));
    n_students = 0;
    for (size_t i = 0; i < n_entries; i++)
        if (i > 0 && strcmp(entries[i].who, entries[i - 1].who) == 0)
            students[n_students - 1].n_entries++;
        else
            students[n_students++] = (struct student){
                .name = must(clean_name(entries[i].student, NAME_LENGTH)),
                .first = i,
                .n_entries = 1};
    if (n_students == 0)
        return;
    qsort(students, n_students, sizeof *students, by_student);
    make_names_differ();
    qsort(students, n_students, sizeof *students, by_student);
}

// Opens $SUBMISSIONS, or the one folder in it if that is what was exported.
static int open_class(void)
{
    int class = open(collecting.submissions, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int depth = 0; depth < 3; depth++) {
        if (class < 0 && archive_kind_of(collecting.submissions) != NO_ARCHIVE)
            give_up("%s is an archive: unpack it and give the folder as SUBMISSIONS=",
                    collecting.submissions);
        if (class < 0 || !list_class(class, SIZE_MAX / 64, &entries, &n_entries))
            give_up("cannot read the folder %s: %s", collecting.submissions,
                    strerror(errno));
        size_t n = 0, only = 0;
        for (size_t i = 0; i < n_entries; i++)
            if (!is_left_out(entries[i].name))
                n++, only = i;
        if (n != 1 || collecting.one_student || entries[only].system != PLAIN ||
            !entries[only].is_folder || !is_export(class, entries[only].name))
            break;
        say_ignored(entries[only].name, "the class is what it holds", 0);
        int below = open_folder(class, entries[only].name);
        close(class);
        class = below;
        free_list(entries, n_entries);
    }
    return class;
}

static void say_systems(void)
{
    for (size_t system = PLAIN + 1; system <= GRADESCOPE; system++) {
        size_t n = 0;
        for (size_t i = 0; i < n_entries; i++)
            n += entries[i].system == system;
        if (n > 0)
            printf("%zu entr%s named as %s does it.\n", n, n == 1 ? "y is" : "ies are",
                   course_systems[system]);
    }
}

// Folders that are whole exports each: they are no students.
static void refuse_exports(int class)
{
    size_t n = 0;
    for (size_t i = 0; i < n_entries; i++) {
        entries[i].holds_export = !collecting.one_student && entries[i].system == PLAIN &&
                                  entries[i].is_folder &&
                                  is_export(class, entries[i].name);
        n += entries[i].holds_export;
    }
    if (n > 0 && n == n_entries)
        give_up("each folder in %s is what a course system exports, not a student: grade "
                "one of them at a time",
                collecting.submissions);
}

static void refuse_nobody(void)
{
    size_t n_strays = 0;
    for (size_t i = 0; i < n_entries; i++)
        n_strays += entries[i].is_stray;
    if (n_entries == 0)
        give_up("%s holds no folder and no archive: there is nobody to grade",
                collecting.submissions);
    if (n_strays == n_entries)
        give_up("%s holds single files only: SUBMISSIONS= wants a folder that holds a "
                "folder (or an archive) for each student",
                collecting.submissions);
}

// What looks like one student holds folders of several, so nobody can be told from the
// others: the only entry, or each of them, as two groups beside each other do.
static void refuse_class_in_class(void)
{
    if (n_students > 1)
        give_up("each folder in %s seems to hold a whole class: grade one of them at a "
                "time, or say ONE_STUDENT=1 if each is one student's",
                collecting.submissions);
    char *name = must(clean_name(entries[0].name, NAME_LENGTH));
    give_up("%s in %s seems to hold a whole class: %s SUBMISSIONS=, or say ONE_STUDENT=1 "
            "if it is one student's",
            name, collecting.submissions,
            entries[0].is_folder ? "give that folder as"
                                 : "unpack it and give the folder as");
}

void read_class(const struct collecting *what)
{
    collecting = *what;
    int class = open_class();
    read_plain_entries(class);
    refuse_nobody();
    refuse_exports(class);
    say_systems();
    find_students();
    size_t n_collected = 0, n_classes = 0;
    for (size_t i = 0; i < n_students; i++)
        if (is_in_shard(i)) {
            const struct entry *entry = &entries[students[i].first];
            bool holds_class = collect(&students[i], entry, class);
            n_classes += holds_class && entry->system == PLAIN;
            n_collected++;
        }
    if (n_classes > 0 && n_classes == n_collected && !collecting.one_student &&
        (n_classes > 1 || n_students == 1))
        refuse_class_in_class();
    close(class);
}

bool is_in_shard(size_t student)
{
    return student % collecting.n_shards == collecting.shard - 1;
}

static bool is_handed_in_now(const char *file)
{
    for (size_t i = 0; i < n_students; i++)
        for (size_t c = 0; c < collecting.n_chapters; c++)
            if (students[i].parts[c].origin == HANDED_IN &&
                strncmp(file, students[i].parts[c].file, SHA_DIGITS) == 0)
                return true;
    return false;
}

// Removes the entries of a folder that `is_gone` says.
static void remove_some(const char *path, bool (*is_gone)(int folder, const char *name))
{
    bool all;
    size_t n = 0;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char **names = folder >= 0 ? names_in(folder, SIZE_MAX / 64, &n, &all) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (is_gone(folder, names[i]))
            unlinkat(folder, names[i], 0);
        free(names[i]);
    }
    free(names);
    if (folder >= 0)
        close(folder);
}

static bool is_handed_in_no_more(int folder, const char *name)
{
    (void)folder;
    return strlen(name) == SHA_DIGITS + 2 && !is_handed_in_now(name);
}

// What a verdict's file is called: its key.
static bool is_verdict(const char *name)
{
    return strspn(name, "0123456789abcdef") == SHA_DIGITS &&
           strcmp(name + SHA_DIGITS, ".tsv") == 0;
}

static bool is_unused(int folder, const char *name)
{
    struct stat status;
    return is_verdict(name) && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && status.st_mtime < time(NULL) - 30 * 24 * 3600L;
}

void forget_files(const char *folder)
{
    remove_some(folder, is_handed_in_no_more);
}

void forget_unused(const char *folder)
{
    remove_some(folder, is_unused);
}
