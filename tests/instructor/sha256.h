// SHA-256 (FIPS 180-4), of bytes in memory and of files.
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA_DIGITS = 64 }; // hexadecimal

struct sha {
    uint32_t state[8];
    unsigned char block[64];
    uint64_t n_bytes;
};

void sha_start(struct sha *sha);
void sha_add(struct sha *sha, const void *bytes, size_t n);

// A string and the zero behind it, so that no two lists of strings look the same.
void sha_add_text(struct sha *sha, const char *text);

// The contents of a file and how many they are, or that there is none.
void sha_add_file(struct sha *sha, const char *path);

// Ends the sum: `digits` gets it as a string.
void sha_end(struct sha *sha, char digits[SHA_DIGITS + 1]);

// The sum of some bytes alone.
void sha_of(const void *bytes, size_t n, char digits[SHA_DIGITS + 1]);

#endif
