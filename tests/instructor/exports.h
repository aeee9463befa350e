// Whose an entry of $SUBMISSIONS is. In a plain class that is the name of a folder or an
// archive; what a course system exports has the student, and when it was handed in, in
// its names:
//
//     Canvas        annabeispiel_101_501_01_lookup.c     name, student, file's number, file
//     Moodle        Anna Beispiel_12345_assignsubmission_file_/
//     Blackboard    hw1_anna_attempt_2026-01-31-10-15-22_01_lookup.c
//     Brightspace   12345-67890 - Anna Beispiel - Jan 31, 2026 1015 AM/
//     Gradescope    submission_12345/       the names are in submission_metadata.yml
#ifndef EXPORTS_H
#define EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

enum course_system { PLAIN, CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE, GRADESCOPE };

struct entry {
    char *name; // in the folder
    bool is_folder;
    enum course_system system;
    char *who;             // the same for all entries of one student, and for no other
    char *student;         // what the student is called
    char *file;            // what the student called the file; "" for a folder
    char when[32];         // later attempts come later by strcmp; "" if that is not known
    unsigned long version; // of Canvas: 01_lookup-2.c is the third 01_lookup.c
    bool is_stray;         // a single file that no name says whose it is
    bool is_doubtful;      // perhaps another one's entries are this student's, too
    bool is_twin;          // an archive beside a folder or another one of its name
    bool holds_export;     // a folder that a course system seems to have exported
};

extern const char *const course_systems[];

// Reads what course systems put into the names of a folder's entries; the others stay
// PLAIN. `metadata` is Gradescope's list as text, or NULL; a group's folder becomes an
// entry for each of its students. `entries` may grow and move.
void read_exports(struct entry **entries, size_t *n, const char *metadata);

// Which of two files of one student was handed in later: below 0 the first, above 0 the
// second, 0 if their names do not say.
int handed_in_later(const struct entry *a, const struct entry *b);

void free_entry(struct entry *entry);

#endif
