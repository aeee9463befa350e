// Reads archives that nobody trusts, .zip, .tar and .tar.gz, from memory to memory.
// Nothing is ever written under a name that an archive gives, so links, absolute paths
// and `..` have nothing to act on; what unpacks to more than its bound is not unpacked.
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

enum archive_kind { NO_ARCHIVE, ZIP, TAR, TAR_GZ, UNREAD_ARCHIVE };

// By the name's ending. UNREAD_ARCHIVE is one that is not read here, such as .rar.
enum archive_kind archive_kind_of(const char *name);

// How long the ending is that makes a name an archive's that is read; 0 if none does.
size_t archive_ending(const char *name);

enum { LARGEST_ENTRY = (1 << 20) - 1, LARGEST_TAR = 64 << 20, LONGEST_NAME = 512 };

struct archive_reader {
    void *context;
    // Is told of every entry. `oddity` is NULL for an ordinary file, or says what else it
    // is: "a link". True if the contents are wanted: then `takes` gets them.
    bool (*wants)(void *context, const char *path, size_t size, const char *oddity);
    void (*takes)(void *context, const char *path, const unsigned char *bytes,
                  size_t size);
};

// Shows all entries to the reader. NULL, or why the archive could not be read to its end.
const char *archive_read(enum archive_kind kind, const unsigned char *bytes, size_t size,
                         const struct archive_reader *reader);

// Unpacks a raw deflate stream (RFC 1951). At most *n_out bytes are written, and *n_out
// says then how many; *n_in likewise for what was read. False if it is damaged or too
// long.
bool inflate_bytes(unsigned char *out, size_t *n_out, const unsigned char *in,
                   size_t *n_in);

#endif
