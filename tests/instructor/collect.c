// See collect.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "collect.h"
#include "archive.h"
#include "sandbox.h"
#include "submission.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_DEPTH = 16,      // of folders in a submission
    MAX_ENTRIES = 10000, // files and folders looked at in one
    MAX_NOTED = 20,      // ignored files that are listed by name
    MAX_FOUND = 64,      // chapter files taken from one archive
    MAX_ARCHIVE = 64 << 20,
};

struct student *students;
size_t n_students;
static struct collecting collecting;

// ---- saying what happened -----------------------------------------------------------

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("grade: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void *must(void *memory)
{
    if (memory == NULL)
        give_up("out of memory");
    return memory;
}

// ---- collecting ---------------------------------------------------------------------

// A line of a student's notes. What cannot be printed becomes '?'.
static void note(struct student *student, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void note(struct student *student, const char *kind, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    size_t used = student->notes != NULL ? strlen(student->notes) : 0;
    size_t more = strlen(kind) + strlen(text) + 3;
    student->notes = must(realloc(student->notes, used + more));
    snprintf(student->notes + used, more, "%s\t%s\n", kind, text);
}

static void ignore(struct student *student, const char *path, const char *why)
{
    if (student->n_ignored++ < MAX_NOTED)
        note(student, "noted", "%s: ignored, %s", path, why);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

// Which chapter's file a path names, or collecting.n_chapters.
static size_t chapter_of(const char *path)
{
    const char *name = base_name(path);
    size_t n = strlen(name);
    for (size_t i = 0; i < collecting.n_chapters; i++) {
        const char *chapter = collecting.chapters[i];
        if (n == strlen(chapter) + 2 && strncmp(name, chapter, n - 2) == 0 &&
            strcmp(name + n - 2, ".c") == 0)
            return i;
    }
    return collecting.n_chapters;
}

// A .c file whose name only holds a chapter's: "01_lookup (1).c".
static bool is_nearly_chapter(const char *path)
{
    const char *name = base_name(path);
    size_t n = strlen(name);
    for (size_t i = 0; i < collecting.n_chapters; i++)
        if (n > 2 && strcmp(name + n - 2, ".c") == 0 &&
            strstr(name, collecting.chapters[i]) != NULL)
            return true;
    return false;
}

// Folders of the course itself, or of tools, that hold files of the same names.
static bool is_skipped_folder(const char *name, size_t n)
{
    static const char *const skipped[] = {"__MACOSX", "build", "solutions", "tests"};
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (n == strlen(skipped[i]) && strncmp(name, skipped[i], n) == 0)
            return true;
    return n > 1 && name[0] == '.' && !(n == 2 && name[1] == '.');
}

static bool is_in_skipped_folder(const char *path)
{
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1)
        if (is_skipped_folder(path, (size_t)(slash - path)))
            return true;
    return false;
}

// Of two files for one chapter the one in a folder called chapters counts, then the one
// in fewer folders, then the first by name.
static int compare_paths(const char *a, const char *b)
{
    const char *const paths[] = {a, b};
    int outside[2] = {0, 0}, depth[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        const char *slash = strrchr(paths[i], '/');
        size_t n = slash != NULL ? (size_t)(slash - paths[i]) : 0;
        bool last = n >= 8 && strncmp(slash - 8, "chapters", 8) == 0 &&
                    (n == 8 || paths[i][n - 9] == '/');
        outside[i] = !last;
        for (const char *c = paths[i]; *c; c++)
            depth[i] += *c == '/';
    }
    if (outside[0] != outside[1])
        return outside[0] - outside[1];
    return depth[0] != depth[1] ? depth[0] - depth[1] : strcmp(a, b);
}

// A file that has a chapter's name: `path` is where it was found, below the student's
// folder.
static void offer(struct student *student, const char *path, const unsigned char *bytes,
                  size_t n)
{
    size_t c = chapter_of(path);
    struct part *part = &student->parts[c];
    char file[KEY];
    sha_of(bytes, n, file);
    if (part->origin != NO_FILE && strcmp(part->file, file) == 0)
        return;
    bool better = part->origin == NO_FILE || compare_paths(path, student->paths[c]) < 0;
    if (part->origin != NO_FILE)
        note(student, "look", "two different files %s: %s counts, %s does not",
             base_name(path), better ? path : student->paths[c],
             better ? student->paths[c] : path);
    if (!better)
        return;
    free(student->paths[c]);
    student->paths[c] = must(strdup(path));
    *part = (struct part){.origin = HANDED_IN, .assignment = c};
    memcpy(part->file, file, KEY);
    collecting.keep(part, bytes, n);
}

// What a child that unpacks tells: nothing in it is believed unseen.
struct unpacked {
    volatile size_t n_found, n_ignored;
    char wrong[128];
    char ignored[MAX_NOTED][LONGEST_NAME + 64];
    struct {
        char path[LONGEST_NAME];
        size_t size;
        unsigned char bytes[LARGEST_ENTRY];
    } found[MAX_FOUND];
};

static bool wants(void *context, const char *path, size_t size, const char *oddity)
{
    struct unpacked *unpacked = context;
    const char *why = is_in_skipped_folder(path) ? "its folder is not handed in"
                      : chapter_of(path) == collecting.n_chapters ? "not a chapter's name"
                      : oddity != NULL                            ? oddity
                      : size > LARGEST_ENTRY                      ? "1 MB or more"
                      : unpacked->n_found == MAX_FOUND            ? "too many files"
                                                                  : NULL;
    if (why == NULL)
        return true;
    if (unpacked->n_ignored < MAX_NOTED)
        snprintf(unpacked->ignored[unpacked->n_ignored], sizeof *unpacked->ignored,
                 "%s: ignored, %s", path, why);
    unpacked->n_ignored++;
    return false;
}

static void takes(void *context, const char *path, const unsigned char *bytes,
                  size_t size)
{
    struct unpacked *unpacked = context;
    size_t n = unpacked->n_found;
    snprintf(unpacked->found[n].path, sizeof unpacked->found[n].path, "%s", path);
    memcpy(unpacked->found[n].bytes, bytes, size);
    unpacked->found[n].size = size;
    unpacked->n_found = n + 1;
}

// In a child, behind the fence: the archive is descriptor 0.
static void unpack(enum archive_kind kind, size_t size, struct unpacked *unpacked)
{
    struct archive_reader reader = {.context = unpacked, .wants = wants, .takes = takes};
    unsigned char *bytes =
        mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t n = 0;
    ssize_t got = 1;
    while (bytes != MAP_FAILED && n < size && got > 0)
        n += (size_t)((got = read(0, bytes + n, size - n)) > 0 ? got : 0);
    const char *wrong = bytes == MAP_FAILED ? "there is no memory for it"
                                            : archive_read(kind, bytes, n, &reader);
    if (wrong != NULL)
        snprintf(unpacked->wrong, sizeof unpacked->wrong, "%s", wrong);
    _exit(0);
}

// Has the archive read in a fenced child. NULL, or why that failed.
static const char *unpack_in_child(int archive, enum archive_kind kind, size_t size,
                                   struct unpacked *unpacked)
{
    static struct fence_report *report;
    int ready[2];
    if (report == NULL)
        report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fence_level();
    if (report == MAP_FAILED || pipe(ready) != 0)
        give_up("cannot read archives: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        give_up("cannot start a process: %s", strerror(errno));
    if (child == 0) {
        if (!fence_enter(archive, ready[1], 256 << 20, report))
            _exit(114);
        unpack(kind, size, unpacked);
    }
    close(ready[1]);
    struct ending end = wait_with_deadline(child, 10, 60);
    close(ready[0]);
    if (end.cause != ENDED_EXIT || end.status != 0)
        return end.cause == ENDED_EXIT || end.cause == ENDED_SIGNAL
                   ? "reading it failed"
                   : "reading it takes too long";
    unpacked->wrong[sizeof unpacked->wrong - 1] = '\0';
    return *unpacked->wrong ? unpacked->wrong : NULL;
}

static void take_unpacked(struct student *student, const char *path,
                          struct unpacked *unpacked)
{
    char full[PATH_MAX];
    for (size_t i = 0; i < unpacked->n_found && i < MAX_FOUND; i++) {
        char *name = unpacked->found[i].path;
        size_t size = unpacked->found[i].size;
        name[LONGEST_NAME - 1] = '\0';
        if (size <= LARGEST_ENTRY && chapter_of(name) < collecting.n_chapters)
            offer(student, joined(full, "%s/%s", path, name), unpacked->found[i].bytes,
                  size);
    }
    for (size_t i = 0; i < unpacked->n_ignored && i < MAX_NOTED; i++) {
        unpacked->ignored[i][sizeof *unpacked->ignored - 1] = '\0';
        if (student->n_ignored++ < MAX_NOTED)
            note(student, is_nearly_chapter(unpacked->ignored[i]) ? "look" : "noted",
                 "%s/%s", path, unpacked->ignored[i]);
    }
    if (unpacked->n_ignored > MAX_NOTED)
        student->n_ignored += unpacked->n_ignored - MAX_NOTED;
}

static void collect_archive(struct student *student, int archive, size_t size,
                            const char *path)
{
    struct unpacked *unpacked = mmap(NULL, sizeof *unpacked, PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (unpacked == MAP_FAILED)
        give_up("out of memory");
    const char *wrong =
        size > MAX_ARCHIVE
            ? "it is larger than 64 MB"
            : unpack_in_child(archive, archive_kind_of(path), size, unpacked);
    take_unpacked(student, path, unpacked);
    if (wrong != NULL)
        note(student, "look", "%s: cannot be read, %s", path, wrong);
    munmap(unpacked, sizeof *unpacked);
}

static void collect_file(struct student *student, const char *full, const char *path)
{
    static unsigned char bytes[SUBMISSION_BYTES];
    struct stat status;
    bool archive = archive_kind_of(path) != NO_ARCHIVE;
    if (!archive && chapter_of(path) == collecting.n_chapters) {
        if (is_nearly_chapter(path) && base_name(path)[0] != '.')
            note(student, "look", "%s: ignored, its name is not quite a chapter's", path);
        else
            ignore(student, path, "not a chapter's name");
        return;
    }
    int file = open(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        note(student, "look", "%s: cannot be read", path);
    else if (archive)
        collect_archive(student, file, (size_t)status.st_size, path);
    else if (status.st_size >= SUBMISSION_BYTES)
        note(student, "look", "%s: ignored, 1 MB or more", path);
    else {
        ssize_t n = read(file, bytes, sizeof bytes);
        if (n >= 0)
            offer(student, path, bytes, (size_t)n);
        else
            note(student, "look", "%s: cannot be read", path);
    }
    if (file >= 0)
        close(file);
}

static void collect_folder(struct student *student, const char *full, const char *path,
                           int depth);

static void collect_entry(struct student *student, const char *full, const char *path,
                          int depth)
{
    struct stat status;
    const char *name = base_name(path);
    if (student->n_entries++ >= MAX_ENTRIES) {
        if (student->n_entries == MAX_ENTRIES + 1)
            note(student, "look", "more than %d files: the rest was not looked at",
                 MAX_ENTRIES);
    } else if (lstat(full, &status) != 0)
        note(student, "look", "%s: cannot be read", path);
    else if (S_ISLNK(status.st_mode) && chapter_of(path) < collecting.n_chapters)
        note(student, "look", "%s: ignored, a link", path);
    else if (S_ISREG(status.st_mode))
        collect_file(student, full, path);
    else if (!S_ISDIR(status.st_mode))
        ignore(student, path, S_ISLNK(status.st_mode) ? "a link" : "no ordinary file");
    else if (is_skipped_folder(name, strlen(name)))
        ignore(student, path, "its folder is not handed in");
    else if (depth == MAX_DEPTH)
        note(student, "look", "%s: ignored, too many folders in each other", path);
    else
        collect_folder(student, full, path, depth + 1);
}

static void collect_folder(struct student *student, const char *full, const char *path,
                           int depth)
{
    char below[PATH_MAX], shown[PATH_MAX];
    struct dirent **entries;
    int n = scandir(full, &entries, NULL, alphasort);
    if (n < 0)
        note(student, "look", "%s: cannot be read", *path ? path : "the folder");
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            if (strlen(full) + strlen(name) + 2 > PATH_MAX)
                note(student, "look", "a path is too long: the rest was not looked at");
            else
                collect_entry(student, joined(below, "%s/%s", full, name),
                              joined(shown, "%s%s%s", path, *path ? "/" : "", name),
                              depth);
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static void collect(struct student *student, const char *path)
{
    struct stat status;
    size_t n_parts = 0;
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
        collect_folder(student, path, "", 0);
    else
        collect_file(student, path, base_name(path));
    if (student->n_ignored > MAX_NOTED)
        note(student, "noted", "and %zu more files, ignored",
             student->n_ignored - MAX_NOTED);
    for (size_t c = 0; c < collecting.n_chapters; c++) {
        n_parts += student->parts[c].origin != NO_FILE;
        free(student->paths[c]);
        student->paths[c] = NULL;
    }
    if (n_parts == 0)
        note(student, "look", "there is no file with a chapter's name");
}

// ---- the class ----------------------------------------------------------------------

// An entry of $SUBMISSIONS that is a student: a folder, or an archive of one.
static bool is_student(const char *path, const char *name)
{
    struct stat status;
    if (name[0] == '.' || strcmp(name, "__MACOSX") == 0)
        return false;
    if (lstat(path, &status) == 0 &&
        (S_ISDIR(status.st_mode) ||
         (S_ISREG(status.st_mode) && archive_kind_of(name) != NO_ARCHIVE)))
        return true;
    if (chapter_of(name) < collecting.n_chapters)
        give_up("%s is a chapter's file: SUBMISSIONS= wants a folder that holds a folder "
                "(or an "
                "archive) for each student",
                path);
    printf("Ignored: %s is neither a folder nor an archive.\n", path);
    return false;
}

// An archive's student is called by its name without the ending, unless somebody else is.
static char *student_name(const char *path, const char *name)
{
    static const char *const endings[] = {".zip", ".tar.gz", ".tgz", ".tar"};
    char other[PATH_MAX];
    struct stat status;
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t k = strlen(endings[i]);
        if (n <= k || strcmp(name + n - k, endings[i]) != 0 ||
            lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        joined(other, "%.*s", (int)(strlen(path) - k), path);
        bool taken = lstat(other, &status) == 0;
        for (size_t s = 0; s < n_students && !taken; s++)
            taken = strlen(students[s].name) == n - k &&
                    strncmp(students[s].name, name, n - k) == 0;
        return taken ? must(strdup(name)) : must(strndup(name, n - k));
    }
    return must(strdup(name));
}

// Students in the order of their names; those of other shards stay without parts.
void read_class(const struct collecting *what)
{
    char path[PATH_MAX];
    struct dirent **entries;
    collecting = *what;
    int n = scandir(collecting.submissions, &entries, NULL, alphasort);
    if (n < 0)
        give_up("cannot read the folder %s: %s", collecting.submissions, strerror(errno));
    students = must(calloc((size_t)n + 1, sizeof *students));
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        joined(path, "%s/%s", collecting.submissions, name);
        if (is_student(path, name)) {
            struct student *student = &students[n_students];
            student->name = student_name(path, name);
            if (n_students++ % collecting.n_shards == collecting.shard - 1)
                collect(student, path);
        }
        free(entries[i]);
    }
    free(entries);
    if (n_students == 0)
        give_up("%s holds no folder and no archive: there is nobody to grade",
                collecting.submissions);
}

bool is_in_shard(size_t student)
{
    return student % collecting.n_shards == collecting.shard - 1;
}
