// What a student is called, and which names are alike.
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// At most `most` bytes of what a student is called, to be freed: clean, fit for the name
// of a file, no formula for a spreadsheet that takes '=' of any width for one.
char *clean_name(const char *name, size_t most);

// A copy in which names are the same that look alike or that a file system may take for
// one: lower case, without accents and what is not seen, Latin letters for those of other
// scripts that look the same. To be freed.
char *look_of(const char *text);

// Writes a character as UTF-8; the number of its bytes, 4 at most.
size_t put_character(char *to, uint32_t c);

// Which chapter's file has exactly this name, or n_chapters.
size_t exact_chapter(const char *file, const char *const *chapters, size_t n_chapters);

// Which chapter's file this could be meant to be, by its name: "01_Lookup.c",
// "01_lookup (1).c", "lookup.c.txt", "chapter1 (2).c" and "01_lookup.c" itself; or n_chapters.
size_t near_chapter(const char *file, const char *const *chapters, size_t n_chapters);

// What a name looks like says that this is, or once was, C.
bool is_source(const char *look);

#endif
