// See sha256.h.
#include "sha256.h"

#include <stdio.h>
#include <string.h>

void sha_start(struct sha *sha)
{
    *sha = (struct sha){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static uint32_t turn(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void sha_schedule(const unsigned char *block, uint32_t w[64])
{
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
}

static void sha_block(struct sha *sha, const unsigned char *block)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
        0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
        0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
        0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
        0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
        0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
        0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    uint32_t w[64];
    sha_schedule(block, w);
    uint32_t *s = sha->state;
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6],
             h = s[7];
    for (size_t i = 0; i < 64; i++) {
        uint32_t one = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
        uint32_t choice = (e & f) ^ (~e & g);
        uint32_t two = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
        uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t first = h + one + choice + k[i] + w[i];
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + two + majority;
    }
    s[0] += a, s[1] += b, s[2] += c, s[3] += d;
    s[4] += e, s[5] += f, s[6] += g, s[7] += h;
}

void sha_add(struct sha *sha, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    while (n > 0) {
        size_t used = sha->n_bytes % 64, some = n < 64 - used ? n : 64 - used;
        if (some == 64)
            sha_block(sha, from);
        else
            memcpy(sha->block + used, from, some);
        if (some < 64 && used + some == 64)
            sha_block(sha, sha->block);
        sha->n_bytes += some;
        from += some;
        n -= some;
    }
}

void sha_add_text(struct sha *sha, const char *text)
{
    sha_add(sha, text, strlen(text) + 1);
}

void sha_end(struct sha *sha, char digits[SHA_DIGITS + 1])
{
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(sha->n_bytes * 8 >> (56 - 8 * i));
    sha_add(sha, "\x80", 1);
    while (sha->n_bytes % 64 != 56)
        sha_add(sha, "", 1);
    sha_add(sha, length, 8);
    for (size_t i = 0; i < 8; i++)
        snprintf(digits + 8 * i, SHA_DIGITS + 1 - 8 * i, "%08x", (unsigned)sha->state[i]);
}

void sha_add_file(struct sha *sha, const char *path)
{
    unsigned char bytes[16384];
    FILE *file = fopen(path, "rb");
    size_t n = 0, total = 0;
    while (file != NULL && (n = fread(bytes, 1, sizeof bytes, file)) > 0) {
        sha_add(sha, bytes, n);
        total += n;
    }
    sha_add(sha, &total, sizeof total);
    sha_add(sha, file != NULL ? "+" : "-", 1);
    if (file != NULL)
        fclose(file);
}

void sha_of(const void *bytes, size_t n, char digits[SHA_DIGITS + 1])
{
    struct sha sha;
    sha_start(&sha);
    sha_add(&sha, bytes, n);
    sha_end(&sha, digits);
}
