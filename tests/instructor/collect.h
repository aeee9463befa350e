// What a class handed in: a student for each folder or archive in $SUBMISSIONS, and of
// each student one file for each chapter, with notes on all that was not taken.
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
    char *name;
    char *notes; // lines "look<TAB>text" and "noted<TAB>text"
    struct part parts[MAX_CHAPTERS];
    char *paths[MAX_CHAPTERS]; // where the file of a part was found
    size_t n_entries, n_ignored;
};

struct collecting {
    const char *submissions;
    const char *chapters[MAX_CHAPTERS]; // "01_lookup"
    size_t n_chapters;
    unsigned shard, n_shards;
    // Is given each part with its bytes, which are gone afterwards.
    void (*keep)(struct part *part, const unsigned char *bytes, size_t n);
};

// In the order of their names; those of other shards stay without parts.
extern struct student *students;
extern size_t n_students;

void read_class(const struct collecting *what);
bool is_in_shard(size_t student);

// ---- what the grader shares ---------------------------------------------------------

// One sentence on stderr, and the end.
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

// `memory`, or the end if there is none.
void *must(void *memory);

#endif
