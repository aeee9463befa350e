// What a class handed in: a student for each folder, archive or entry of a course system's
// export in $SUBMISSIONS, and of each student one file for each chapter, with notes on all
// that was not taken. Nothing that a student hands in stops the others: it is noted.
#ifndef COLLECT_H
#define COLLECT_H

#include "sha256.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_CHAPTERS = 32, KEY = SHA_DIGITS + 1 };

// What is judged: a file that was handed in, or one of our own that shows that the judge
// works.
enum origin { NO_FILE, HANDED_IN, OUR_SOLUTION, EMPTY_FILE };

// `assignment` is the chapter's place in the list of chapters, `file` a hash of the bytes.
struct part {
    enum origin origin;
    size_t assignment;
    char file[KEY], key[KEY];
    bool to_do, failed_once;
};

struct student {
    char *name;  // clean, and no other's in the eyes of any file system
    char *notes; // lines "look<TAB>text" and "noted<TAB>text", clean
    struct part parts[MAX_CHAPTERS];
    size_t first, n_entries; // among the entries of $SUBMISSIONS
    bool renamed;
};

struct collecting {
    const char *submissions;
    bool one_student;                   // whatever the folder of a single student holds
    const char *chapters[MAX_CHAPTERS]; // "01_lookup"
    size_t n_chapters;
    unsigned shard, n_shards;
    // Is given each part that counts with its bytes, which are gone afterwards.
    void (*keep)(struct part *part, const unsigned char *bytes, size_t n);
};

// In the order of their names; those of other shards stay without parts.
extern struct student *students;
extern size_t n_students;

void read_class(const struct collecting *what);
bool is_in_shard(size_t student);

// Removes from a folder of files HASH.c those that nobody has handed in this time.
void forget_files(const char *folder);

// Removes from a folder what was neither made nor marked as used for a month.
void forget_unused(const char *folder);

// ---- of one student, for class.c ----------------------------------------------------

struct entry; // see exports.h

extern struct collecting collecting;

// Collects what is in a student's entries of the open folder `class`. True if it looks
// like the work of more than one.
bool collect(struct student *student, const struct entry *entries, int class);

// Which chapter's file has exactly this name, or n_chapters.
size_t chapter_of(const char *file);

bool could_be_work(const char *file);

// The names in a folder in their order, at most `most`, to be freed; NULL if it cannot be
// read. `folder` stays open.
char **names_in(int folder, size_t most, size_t *n, bool *all);

// A folder in an open one, no link; below 0 if there is none.
int open_folder(int folder, const char *name);

// The end of a path, if all of it would fill a page; good until the fourth call from here.
const char *brief(const char *path);

// ---- what the grader shares ---------------------------------------------------------

// One sentence on stderr, and the end.
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

// `memory`, or the end if there is none.
void *must(void *memory);

// printf to a string of its own, to be freed.
char *printed(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
