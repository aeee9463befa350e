// See collect.h. What is handed in is read with descriptors of folders, never by whole
// paths, and archives in a child behind the fence. Each student has a share of time, of
// entries and of notes: what goes beyond it is noted, and the next one is as before.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "collect.h"
#include "archive.h"
#include "clean.h"
#include "exports.h"
#include "names.h"
#include "sandbox.h"
#include "submission.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_DEPTH = 16,      // of folders in a submission
    MAX_ENTRIES = 10000, // files and folders looked at in one
    MAX_NOTED = 20,      // notes of each kind on one
    MAX_ARCHIVES = 32,   // read in one
    MAX_ARCHIVE = 64 << 20,
    PATH_SHOWN = 200, // of a path in a note
};

static const double archive_seconds = 2; // of processor time for all of one student

struct collecting collecting;

// The student whose work is being collected.
static struct {
    struct student *student;
    const struct entry *entry;
    struct { // what counts so far for each chapter; `path` is NULL for nothing
        char *path;
        const struct entry *entry;
        unsigned char *bytes;
        size_t n;
    } best[MAX_CHAPTERS];
    struct {
        char *path;
        size_t chapter;
    } nearly[MAX_NOTED];
    size_t n_more_nearly[MAX_CHAPTERS];
    size_t n_nearly, n_looked_at, n_archives, n_looks, n_noted, n_exported;
    double seconds; // that the archives took
    bool siblings;  // two folders beside each other have a file for one chapter
} now;

// ---- saying what happened -----------------------------------------------------------

void *must(void *memory)
{
    if (memory == NULL)
        give_up("out of memory");
    return memory;
}

static char *vprinted(const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0) {
        fputs("grade: out of memory\n", stderr);
        exit(2);
    }
    return text;
}

// Each line is clean, whatever names are in it.
void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vprinted(format, arguments), *rest = text;
    va_end(arguments);
    fputs("grade: ", stderr);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        clean_text(line);
        fprintf(stderr, "%s\n", line);
    }
    free(text);
    exit(2);
}

char *printed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = vprinted(format, arguments);
    va_end(arguments);
    return text;
}

const char *brief(const char *path)
{
    static char texts[4][PATH_SHOWN + 8];
    static size_t turn;
    size_t n = strlen(path);
    char *text = texts[turn++ % 4];
    snprintf(text, sizeof *texts, "%s%s", n > PATH_SHOWN ? "..." : "",
             n > PATH_SHOWN ? path + n - PATH_SHOWN : path);
    return text;
}

static void append_note(const char *kind, const char *text)
{
    struct student *student = now.student;
    size_t used = student->notes != NULL ? strlen(student->notes) : 0;
    size_t more = strlen(kind) + strlen(text) + 3;
    student->notes = must(realloc(student->notes, used + more));
    snprintf(student->notes + used, more, "%s\t%s\n", kind, text);
}

// A line of the student's notes: "look" asks a person to look, "noted" does not.
static void note(const char *kind, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void note(const char *kind, const char *format, ...)
{
    size_t *count = strcmp(kind, "look") == 0 ? &now.n_looks : &now.n_noted;
    if ((*count)++ >= MAX_NOTED)
        return;
    va_list arguments;
    va_start(arguments, format);
    char *text = vprinted(format, arguments);
    va_end(arguments);
    clean_text(text);
    append_note(kind, text);
    free(text);
}

static void note_the_rest(const char *kind, size_t count, const char *what)
{
    char text[64];
    if (count <= MAX_NOTED)
        return;
    snprintf(text, sizeof text, "and %zu more %s", count - MAX_NOTED, what);
    append_note(kind, text);
}

// ---- names --------------------------------------------------------------------------

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

size_t chapter_of(const char *file)
{
    return exact_chapter(file, collecting.chapters, collecting.n_chapters);
}

static size_t nearly_chapter_of(const char *file)
{
    return near_chapter(file, collecting.chapters, collecting.n_chapters);
}

bool could_be_work(const char *file)
{
    return nearly_chapter_of(file) < collecting.n_chapters ||
           (archive_kind_of(file) != NO_ARCHIVE && file[0] != '.');
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

// ---- which of two files counts ------------------------------------------------------

static int depth_of(const char *path)
{
    int depth = 0;
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

static bool is_in_chapters(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 0;
    return n >= 8 && strncmp(slash - 8, "chapters", 8) == 0 &&
           (n == 8 || path[n - 9] == '/');
}

// Leaves of two paths what comes behind the folders that they share.
static void skip_shared(const char **a, const char **b)
{
    size_t shared = 0;
    for (size_t i = 0; (*a)[i] == (*b)[i] && (*a)[i] != '\0'; i++)
        if ((*a)[i] == '/')
            shared = i + 1;
    *a += shared;
    *b += shared;
}

// N of a path that begins with the folder "Version N", as Teams counts what is handed in
// again; 0 if it is another one.
static unsigned long version_of(const char *path)
{
    char *end;
    unsigned long version =
        strncmp(path, "Version ", 8) == 0 ? strtoul(path + 8, &end, 10) : 0;
    return version > 0 && *end == '/' ? version : 0;
}

// Below 0 if the first of two paths is of a later version, above if the second is.
static int compare_versions(const char *a, const char *b)
{
    skip_shared(&a, &b);
    unsigned long first = version_of(a), second = version_of(b);
    return first == 0 || second == 0 ? 0 : (first < second) - (first > second);
}

// Of two files for one chapter the later version counts, then the one in a folder called
// chapters, then the one in fewer folders, then the first by name.
static int compare_paths(const char *a, const char *b)
{
    int versions = compare_versions(a, b);
    if (versions != 0)
        return versions;
    if (is_in_chapters(a) != is_in_chapters(b))
        return is_in_chapters(a) ? -1 : 1;
    int deeper = depth_of(a) - depth_of(b);
    return deeper != 0 ? deeper : strcmp(a, b);
}

static bool begins_with_chapters(const char *path)
{
    return strncmp(path, "chapters/", 9) == 0;
}

// Two files for one chapter below folders beside each other, as in a folder of students.
static bool are_siblings(const char *a, const char *b)
{
    if (strcmp(a, b) == 0 || compare_versions(a, b) != 0)
        return false;
    skip_shared(&a, &b);
    return depth_of(a) > 0 && depth_of(b) > 0 && !begins_with_chapters(a) &&
           !begins_with_chapters(b);
}

// A file that has a chapter's name: the best one is remembered.
static void offer(size_t c, const char *path, const unsigned char *bytes, size_t n)
{
    bool there = now.best[c].path != NULL, better = !there;
    now.siblings = now.siblings || (there && are_siblings(path, now.best[c].path));
    if (there && now.best[c].n == n && memcmp(now.best[c].bytes, bytes, n) == 0)
        return;
    if (there) {
        int later = handed_in_later(now.best[c].entry, now.entry);
        later = later != 0 ? later : compare_versions(now.best[c].path, path);
        better = later != 0 ? later > 0 : compare_paths(path, now.best[c].path) < 0;
        const char *counts = better ? path : now.best[c].path;
        const char *other = better ? now.best[c].path : path;
        if (later != 0)
            note("noted", "%s counts, %s was handed in before it", brief(counts),
                 brief(other));
        else
            note("look", "two different files %s.c: %s counts, %s does not",
                 collecting.chapters[c], brief(counts), brief(other));
    }
    if (!better)
        return;
    free(now.best[c].path);
    free(now.best[c].bytes);
    now.best[c].path = must(strdup(path));
    now.best[c].entry = now.entry;
    now.best[c].bytes = memcpy(must(malloc(n + 1)), bytes, n);
    now.best[c].n = n;
}

// What makes a file of text be another one for the compiler, or NULL.
static const char *odd_text(const unsigned char *bytes, size_t n)
{
    if (n == 0)
        return "it is empty";
    if (memchr(bytes, '\0', n) != NULL)
        return "it holds bytes of zero: damaged, or saved as UTF-16";
    if (memchr(bytes, '\r', n) != NULL && memchr(bytes, '\n', n) == NULL)
        return "its lines end as compilers do not read them: all of it is one line";
    return NULL;
}

// A file that is not taken since its name is no chapter's. What it means is told when it
// is known whether that chapter's file is there.
static void ignore_name(const char *path, const char *file)
{
    size_t c = nearly_chapter_of(file);
    if (c == collecting.n_chapters)
        note("noted", "%s: ignored, not a chapter's name", brief(path));
    else if (now.n_nearly < MAX_NOTED) {
        now.nearly[now.n_nearly].path = must(strdup(path));
        now.nearly[now.n_nearly++].chapter = c;
    } else
        now.n_more_nearly[c]++;
}

// `whole`: it is all that the student has.
static void ignore(const char *path, const char *file, bool whole, const char *why)
{
    note(whole || could_be_work(file) ? "look" : "noted", "%s: ignored, %s", brief(path),
         why);
}

// ---- archives -----------------------------------------------------------------------

// What is told of an entry that does not count.
enum reason { NO_CHAPTER, SKIPPED, LINK, ODD, LARGE, INNER, TWICE, OTHER, LAST_IS_ODD };
static const struct {
    bool look;
    const char *text;
} reasons[] = {
    [NO_CHAPTER] = {false, ""},
    [SKIPPED] = {false, "ignored, its folder is not handed in"},
    [LINK] = {true, "ignored, a link"},
    [ODD] = {true, "ignored, no ordinary file"},
    [LARGE] = {true, "ignored, 1 MB or more"},
    [INNER] = {true, "ignored, an archive in an archive is not read"},
    [TWICE] = {false, "there more than once in the archive, the last one counts"},
    [OTHER] = {true, ""},
    [LAST_IS_ODD] = {true, "there more than once in the archive, and the last one is no "
                           "file that counts"},
};
enum { N_REASONS = sizeof reasons / sizeof *reasons };

// What a child that unpacks tells: nothing in it is believed unseen.
struct unpacked {
    volatile size_t n_told[2], n_exported, n_files;
    volatile bool siblings;
    char wrong[128];
    struct {
        volatile unsigned reason;
        char path[LONGEST_NAME];
    } told[2][MAX_NOTED]; // [1]: for a person to look at
    struct {
        volatile bool there;
        char path[LONGEST_NAME];
        volatile size_t size;
        unsigned char bytes[LARGEST_ENTRY];
    } found[MAX_CHAPTERS];
};

static void tell(struct unpacked *unpacked, const char *path, enum reason reason)
{
    bool look = reasons[reason].look ||
                (reason == NO_CHAPTER &&
                 nearly_chapter_of(base_name(path)) < collecting.n_chapters);
    size_t n = unpacked->n_told[look]++;
    if (n < MAX_NOTED) {
        unpacked->told[look][n].reason = reason;
        snprintf(unpacked->told[look][n].path, LONGEST_NAME, "%s", path);
    }
}

// A folder or file on the way of a path has the name of something that was exported.
static bool is_exported(const char *path)
{
    bool found = strstr(path, "submission_metadata.yml") != NULL;
    char *copy = must(strdup(path)), *rest = copy;
    for (char *part; !found && (part = strsep(&rest, "/")) != NULL;) {
        struct entry *one = must(calloc(1, sizeof *one));
        size_t n = 1;
        one->name = must(strdup(part));
        one->is_folder = rest != NULL;
        read_exports(&one, &n, NULL);
        found = one->system != PLAIN;
        free_entry(one);
        free(one);
    }
    free(copy);
    return found;
}

static bool wants(void *context, const char *path, size_t size, const char *oddity)
{
    struct unpacked *unpacked = context;
    const char *file = base_name(path);
    size_t c = chapter_of(file);
    bool is_chapter = c < collecting.n_chapters;
    unpacked->n_files++;
    if (unpacked->n_exported < 2)
        unpacked->n_exported += is_exported(path);
    if (is_in_skipped_folder(path))
        tell(unpacked, path, SKIPPED);
    else if (!is_chapter)
        tell(unpacked, path,
             archive_kind_of(file) != NO_ARCHIVE && file[0] != '.' ? INNER : NO_CHAPTER);
    else if (oddity == NULL && size <= LARGEST_ENTRY)
        return true;
    else if (unpacked->found[c].there && strcmp(unpacked->found[c].path, path) == 0) {
        unpacked->found[c].there = false;
        tell(unpacked, path, LAST_IS_ODD);
    } else
        tell(unpacked, path,
             oddity == NULL                  ? LARGE
             : strcmp(oddity, "a link") == 0 ? LINK
                                             : ODD);
    return false;
}

// Of two entries of one name the last counts, as whoever unpacks the archive sees it.
static void takes(void *context, const char *path, const unsigned char *bytes,
                  size_t size)
{
    struct unpacked *unpacked = context;
    size_t c = chapter_of(base_name(path));
    char *best = unpacked->found[c].path;
    if (unpacked->found[c].there) {
        bool again = strcmp(best, path) == 0;
        bool same = unpacked->found[c].size == size &&
                    memcmp(unpacked->found[c].bytes, bytes, size) == 0;
        unpacked->siblings = unpacked->siblings || are_siblings(path, best);
        if (same)
            return;
        bool better = again || compare_paths(path, best) < 0;
        tell(unpacked, better ? best : path, again ? TWICE : OTHER);
        if (!better)
            return;
    }
    snprintf(best, LONGEST_NAME, "%s", path);
    memcpy(unpacked->found[c].bytes, bytes, size);
    unpacked->found[c].size = size;
    unpacked->found[c].there = true;
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
    if (wrong == NULL && unpacked->n_files == 0)
        wrong = "there is no file in it";
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
        if (!fence_enter(archive, NULL, 0, ready[1], 256 << 20, 0, report))
            _exit(114);
        unpack(kind, size, unpacked);
    }
    close(ready[1]);
    struct ending end = wait_with_deadline(child, archive_seconds - now.seconds, 60);
    close(ready[0]);
    now.seconds += end.cpu_seconds;
    if (end.cause != ENDED_EXIT || end.status != 0)
        return end.cause == ENDED_EXIT || end.cause == ENDED_SIGNAL
                   ? "reading it failed"
                   : "reading it takes too long";
    unpacked->wrong[sizeof unpacked->wrong - 1] = '\0';
    return *unpacked->wrong ? unpacked->wrong : NULL;
}

// What does not count in an archive. Of `OTHER` the chapter's file that does is known.
static void note_told(const char *archive, const char *name, unsigned reason,
                      const struct unpacked *unpacked)
{
    const char *file = base_name(name);
    size_t c = chapter_of(file);
    char *path = printed("%s/%s", archive, name);
    if (reason == NO_CHAPTER)
        ignore_name(path, file);
    else if (reason == OTHER && c < collecting.n_chapters)
        note("look", "two different files %s in %s: %s counts, %s does not", brief(file),
             brief(archive), brief(unpacked->found[c].path), brief(name));
    else if (reason < N_REASONS)
        note(reasons[reason].look ? "look" : "noted", "%s: %s", brief(path),
             reasons[reason].text);
    free(path);
}

static void take_unpacked(const char *path, struct unpacked *unpacked)
{
    for (size_t c = 0; c < collecting.n_chapters; c++)
        unpacked->found[c].path[LONGEST_NAME - 1] = '\0';
    for (size_t look = 2; look-- > 0;) {
        size_t n = unpacked->n_told[look];
        for (size_t i = 0; i < n && i < MAX_NOTED; i++) {
            unpacked->told[look][i].path[LONGEST_NAME - 1] = '\0';
            note_told(path, unpacked->told[look][i].path, unpacked->told[look][i].reason,
                      unpacked);
        }
        *(look ? &now.n_looks : &now.n_noted) += n > MAX_NOTED ? n - MAX_NOTED : 0;
    }
    for (size_t c = 0; c < collecting.n_chapters; c++) {
        size_t size = unpacked->found[c].size;
        const char *name = unpacked->found[c].path;
        if (!unpacked->found[c].there || size > LARGEST_ENTRY ||
            chapter_of(base_name(name)) != c)
            continue;
        char *full = printed("%s/%s", path, name);
        offer(c, full, unpacked->found[c].bytes, size);
        free(full);
    }
    now.siblings = now.siblings || unpacked->siblings;
    now.n_exported += unpacked->n_exported;
}

static void read_archive(int archive, size_t size, const char *path, const char *file)
{
    struct unpacked *unpacked = mmap(NULL, sizeof *unpacked, PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (unpacked == MAP_FAILED)
        give_up("out of memory");
    const char *wrong = unpack_in_child(archive, archive_kind_of(file), size, unpacked);
    take_unpacked(path, unpacked);
    if (wrong != NULL)
        note("look", "%s: cannot be read to its end, %s", brief(path), wrong);
    munmap(unpacked, sizeof *unpacked);
}

static void collect_archive(int archive, size_t size, const char *path, const char *file)
{
    if (size > MAX_ARCHIVE)
        note("look", "%s: not read, it is larger than 64 MB", brief(path));
    else if (now.n_archives++ == MAX_ARCHIVES)
        note("look", "more than %d archives: the rest was not read", MAX_ARCHIVES);
    else if (now.n_archives <= MAX_ARCHIVES && now.seconds > 0.99 * archive_seconds)
        note("look", "%s: not read, the archives before it took too long", brief(path));
    else if (now.n_archives <= MAX_ARCHIVES)
        read_archive(archive, size, path, file);
}

// ---- files and folders --------------------------------------------------------------

static void collect_source(int from, size_t c, const char *path)
{
    static unsigned char bytes[SUBMISSION_BYTES];
    size_t n = 0;
    ssize_t got = 1;
    while (n < sizeof bytes && (got = read(from, bytes + n, sizeof bytes - n)) > 0)
        n += (size_t)got;
    if (got < 0)
        note("look", "%s: cannot be read: %s", brief(path), strerror(errno));
    else if (n == sizeof bytes)
        note("look", "%s: ignored, 1 MB or more", brief(path));
    else
        offer(c, path, bytes, n);
}

// `file` is what the student called it.
static void collect_file(int folder, const char *name, const char *path, const char *file)
{
    struct stat status;
    bool archive = archive_kind_of(file) != NO_ARCHIVE && file[0] != '.';
    size_t c = chapter_of(file);
    if (!archive && c == collecting.n_chapters) {
        ignore_name(path, file);
        return;
    }
    int from = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0)
        note("look", "%s: cannot be read: %s", brief(path), strerror(errno));
    else if (fstat(from, &status) != 0 || !S_ISREG(status.st_mode))
        note("look", "%s: ignored, no ordinary file", brief(path));
    else if (archive)
        collect_archive(from, (size_t)status.st_size, path, file);
    else
        collect_source(from, c, path);
    if (from >= 0)
        close(from);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **names_in(int folder, size_t most, size_t *n, bool *all)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again >= 0 ? fdopendir(again) : NULL;
    char **names = stream != NULL ? must(malloc(sizeof *names)) : NULL;
    struct dirent *entry;
    *n = 0;
    *all = true;
    while (stream != NULL && *all && (entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((*all = *n < most)) {
            if ((*n & (*n - 1)) == 0)
                names = must(realloc(names, (2 * *n + 2) * sizeof *names));
            names[(*n)++] = must(strdup(entry->d_name));
        }
    }
    if (stream != NULL)
        closedir(stream);
    else if (again >= 0)
        close(again);
    if (*n > 0)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

int open_folder(int folder, const char *name)
{
    return openat(folder, name,
                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static void collect_entry(int folder, const char *name, const char *path,
                          const char *file, int depth);

// What is in an open folder that is called `path`.
static void collect_all(int folder, const char *path, int depth)
{
    size_t n, most = MAX_ENTRIES - now.n_looked_at;
    bool all;
    char **names = names_in(folder, most, &n, &all);
    if (names == NULL)
        note("look", "%s: cannot be read: %s", *path ? brief(path) : "the folder",
             strerror(errno));
    for (size_t i = 0; i < n; i++) {
        char *below = printed("%s%s%s", path, *path ? "/" : "", names[i]);
        collect_entry(folder, names[i], below, names[i], depth);
        free(below);
        free(names[i]);
    }
    free(names);
    if (!all && now.n_looked_at <= MAX_ENTRIES) {
        note("look", "more than %d files: the rest was not looked at", MAX_ENTRIES);
        now.n_looked_at = MAX_ENTRIES + 1;
    }
}

static void collect_folder(int folder, const char *name, const char *path, int depth)
{
    int below = depth <= MAX_DEPTH ? open_folder(folder, name) : -1;
    if (depth > MAX_DEPTH)
        note("look", "%s: ignored, too many folders in each other", brief(path));
    else if (below < 0)
        note("look", "%s: cannot be read: %s", *path ? brief(path) : "the folder",
             strerror(errno));
    else {
        collect_all(below, path, depth + 1);
        close(below);
    }
}

static void collect_entry(int folder, const char *name, const char *path,
                          const char *file, int depth)
{
    struct stat status;
    if (now.n_looked_at >= MAX_ENTRIES)
        return;
    now.n_looked_at++;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        note("look", "%s: cannot be read: %s", brief(path), strerror(errno));
    else if (S_ISREG(status.st_mode))
        collect_file(folder, name, path, file);
    else if (!S_ISDIR(status.st_mode))
        ignore(path, file, depth == 0,
               S_ISLNK(status.st_mode) ? "a link" : "no ordinary file");
    else if (depth > 0 && is_skipped_folder(name, strlen(name)))
        note("noted", "%s: ignored, its folder is not handed in", brief(path));
    else
        collect_folder(folder, name, path, depth);
}

// ---- a student ----------------------------------------------------------------------

// Hands on what counts, and forgets all else.
static size_t keep_best(struct student *student)
{
    size_t n_parts = 0;
    for (size_t c = 0; c < collecting.n_chapters; c++) {
        struct part *part = &student->parts[c];
        if (now.best[c].path == NULL)
            continue;
        n_parts++;
        *part = (struct part){.origin = HANDED_IN, .assignment = c};
        const char *odd = odd_text(now.best[c].bytes, now.best[c].n);
        if (odd != NULL)
            note("look", "%s: %s", brief(now.best[c].path), odd);
        sha_of(now.best[c].bytes, now.best[c].n, part->file);
        collecting.keep(part, now.best[c].bytes, now.best[c].n);
        free(now.best[c].path);
        free(now.best[c].bytes);
    }
    return n_parts;
}

static void note_nearly(const struct student *student)
{
    for (size_t i = 0; i < now.n_nearly; i++) {
        size_t c = now.nearly[i].chapter;
        note(student->parts[c].origin == NO_FILE ? "look" : "noted",
             "%s: ignored, its name is not quite a chapter's: %s.c",
             brief(now.nearly[i].path), collecting.chapters[c]);
        free(now.nearly[i].path);
    }
    for (size_t c = 0; c < collecting.n_chapters; c++)
        *(student->parts[c].origin == NO_FILE ? &now.n_looks : &now.n_noted) +=
            now.n_more_nearly[c];
}

static void note_origin(const struct student *student, const struct entry *entry)
{
    if (student->renamed)
        note("look", "somebody else's name is or looks the same: this is %s",
             brief(entry->name));
    if (entry->is_doubtful)
        note("look", "there are several assignments, or names that are alike: somebody "
                     "else of these may be the same student");
    if (entry->is_twin)
        note("look",
             "%s lies beside something else of that name: is it the same student?",
             brief(entry->name));
    if (entry->is_stray)
        note("look", "%s lies beside the students' folders: whose is it?",
             brief(entry->name));
}

bool collect(struct student *student, const struct entry *entries, int class)
{
    memset(&now, 0, sizeof now);
    now.student = student;
    note_origin(student, entries);
    for (size_t i = 0; i < student->n_entries; i++) {
        const struct entry *entry = now.entry = &entries[i];
        bool only_folder = entry->is_folder && student->n_entries == 1;
        if (*entry->file || entry->is_folder)
            collect_entry(class, entry->name, only_folder ? "" : entry->name,
                          entry->is_folder ? entry->name : entry->file, 0);
    }
    if (entries->holds_export || now.n_exported > 1)
        note("look", "this looks like what a course system exports: are these several "
                     "students?");
    size_t n_parts = keep_best(student);
    note_nearly(student);
    if (n_parts == 0)
        note("look", "there is no file with a chapter's name");
    note_the_rest("look", now.n_looks, "that ask for a look");
    note_the_rest("noted", now.n_noted, "that were ignored");
    return now.siblings || now.n_exported > 1;
}
