// See names.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "names.h"
#include "clean.h"
#include "collect.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The length of the character at `at`, and what it is; 0 if it is no well-formed UTF-8.
static size_t take_character(const unsigned char *at, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = at[0] < 0x80           ? 1
               : (at[0] >> 5) == 0x06 ? 2
               : (at[0] >> 4) == 0x0e ? 3
               : (at[0] >> 3) == 0x1e ? 4
                                      : 0;
    uint32_t c = n > 1 ? at[0] & (0x7fu >> n) : at[0];
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3f);
    }
    *character = c;
    bool surrogate = c >= 0xd800 && c < 0xe000;
    return n == 0 || c < least[n] || c > 0x10ffff || surrogate ? 0 : n;
}

struct range {
    uint32_t first, last;
};

static bool is_within(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

// Wide and small signs with which a formula could start, as the usual ones.
static char plain_sign(uint32_t c)
{
    return c == 0xff1d || c == 0xfe66 || c == 0x207c   ? '='
           : c == 0xff0b || c == 0xfe62 || c == 0x207a ? '+'
           : c == 0xff0d || c == 0xfe63 || c == 0x2212 ? '-'
           : c == 0xff20 || c == 0xfe6b                ? '@'
                                                       : '\0';
}

// The end of the longest beginning of whole characters within `most` bytes.
static size_t cut_length(const char *text, size_t most)
{
    size_t n = strlen(text);
    if (n <= most)
        return n;
    for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--;
    return n;
}

char *clean_name(const char *name, size_t most)
{
    uint32_t c;
    char *made = strdup(name);
    if (made == NULL)
        return NULL;
    clean_text(made);
    const size_t n_blanks = strspn(made, " ");
    memmove(made, made + n_blanks, strlen(made + n_blanks) + 1);
    if (*made == '\0') {
        free(made);
        return strdup("(no name)");
    }
    made[cut_length(made, most)] = '\0';
    for (size_t n = strlen(made); n > 0 && made[n - 1] == ' ';)
        made[--n] = '\0';
    for (char *at = made; *at; at++)
        if (*at == '/' || (at == made && *at == '.'))
            *at = '_';
    size_t n = take_character((unsigned char *)made, &c);
    if (n > 1 && plain_sign(c) != '\0') {
        memmove(made + 1, made + n, strlen(made + n) + 1);
        *made = plain_sign(c);
    }
    return made;
}

// ---- what looks alike ---------------------------------------------------------------

// Lower case of Greek, Cyrillic and wide letters; all others are in the table below.
static uint32_t lower(uint32_t c)
{
    return c >= 'A' && c <= 'Z'                     ? c + 0x20
           : c >= 0xff01 && c <= 0xff5e             ? lower(c - 0xfee0)
           : c >= 0x391 && c <= 0x3a9               ? c + 0x20
           : c >= 0x410 && c <= 0x42f               ? c + 0x20
           : c >= 0x400 && c <= 0x40f               ? c + 0x50
           : c >= 0x4c1 && c <= 0x4ce               ? c + c % 2
           : c >= 0x460 && c <= 0x4ff && c % 2 == 0 ? c + 1
                                                    : c;
}

static const struct {
    uint16_t first, last;
    const char *looks;
} alike[] = {
    {0xc0, 0xc5, "a"},
    {0xc6, 0xc6, "ae"},
    {0xc7, 0xc7, "c"},
    {0xc8, 0xcb, "e"},
    {0xcc, 0xcf, "i"},
    {0xd0, 0xd0, "d"},
    {0xd1, 0xd1, "n"},
    {0xd2, 0xd6, "o"},
    {0xd8, 0xd8, "o"},
    {0xd9, 0xdc, "u"},
    {0xdd, 0xdd, "y"},
    {0xde, 0xde, "th"},
    {0xdf, 0xdf, "ss"},
    {0xe0, 0xe5, "a"},
    {0xe6, 0xe6, "ae"},
    {0xe7, 0xe7, "c"},
    {0xe8, 0xeb, "e"},
    {0xec, 0xef, "i"},
    {0xf0, 0xf0, "d"},
    {0xf1, 0xf1, "n"},
    {0xf2, 0xf6, "o"},
    {0xf8, 0xf8, "o"},
    {0xf9, 0xfc, "u"},
    {0xfd, 0xfd, "y"},
    {0xfe, 0xfe, "th"},
    {0xff, 0xff, "y"},
    {0x100, 0x105, "a"},
    {0x106, 0x10d, "c"},
    {0x10e, 0x111, "d"},
    {0x112, 0x11b, "e"},
    {0x11c, 0x123, "g"},
    {0x124, 0x127, "h"},
    {0x128, 0x131, "i"},
    {0x132, 0x133, "ij"},
    {0x134, 0x135, "j"},
    {0x136, 0x138, "k"},
    {0x139, 0x142, "l"},
    {0x143, 0x14b, "n"},
    {0x14c, 0x151, "o"},
    {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"},
    {0x15a, 0x161, "s"},
    {0x162, 0x167, "t"},
    {0x168, 0x173, "u"},
    {0x174, 0x175, "w"},
    {0x176, 0x178, "y"},
    {0x179, 0x17e, "z"},
    {0x17f, 0x17f, "s"},
    {0x1a0, 0x1a1, "o"},
    {0x1af, 0x1b0, "u"},
    {0x1cd, 0x1ce, "a"},
    {0x1cf, 0x1d0, "i"},
    {0x1d1, 0x1d2, "o"},
    {0x1d3, 0x1dc, "u"},
    {0x1de, 0x1e1, "a"},
    {0x1e2, 0x1e3, "ae"},
    {0x1e6, 0x1e7, "g"},
    {0x1e8, 0x1e9, "k"},
    {0x1ea, 0x1ed, "o"},
    {0x1ee, 0x1ee, "\306\267"},
    {0x1ef, 0x1ef, "\312\222"},
    {0x1f0, 0x1f0, "j"},
    {0x1f4, 0x1f5, "g"},
    {0x1f8, 0x1f9, "n"},
    {0x1fa, 0x1fb, "a"},
    {0x1fc, 0x1fd, "ae"},
    {0x1fe, 0x1ff, "o"},
    {0x200, 0x203, "a"},
    {0x204, 0x207, "e"},
    {0x208, 0x20b, "i"},
    {0x20c, 0x20f, "o"},
    {0x210, 0x213, "r"},
    {0x214, 0x217, "u"},
    {0x218, 0x219, "s"},
    {0x21a, 0x21b, "t"},
    {0x21e, 0x21f, "h"},
    {0x226, 0x227, "a"},
    {0x228, 0x229, "e"},
    {0x22a, 0x231, "o"},
    {0x232, 0x233, "y"},
    {0x251, 0x251, "a"},
    {0x261, 0x261, "g"},
    {0x386, 0x386, "a"},
    {0x387, 0x387, "\302\267"},
    {0x388, 0x388, "\316\265"},
    {0x389, 0x389, "\316\267"},
    {0x38a, 0x38a, "i"},
    {0x38c, 0x38c, "o"},
    {0x38e, 0x38e, "u"},
    {0x38f, 0x38f, "\317\211"},
    {0x390, 0x390, "i"},
    {0x3aa, 0x3aa, "i"},
    {0x3ab, 0x3ab, "u"},
    {0x3ac, 0x3ac, "a"},
    {0x3ad, 0x3ad, "\316\265"},
    {0x3ae, 0x3ae, "\316\267"},
    {0x3af, 0x3af, "i"},
    {0x3b0, 0x3b0, "u"},
    {0x3b1, 0x3b1, "a"},
    {0x3b9, 0x3b9, "i"},
    {0x3ba, 0x3ba, "k"},
    {0x3bd, 0x3bd, "v"},
    {0x3bf, 0x3bf, "o"},
    {0x3c1, 0x3c1, "p"},
    {0x3c2, 0x3c2, "\317\203"},
    {0x3c4, 0x3c4, "t"},
    {0x3c5, 0x3c5, "u"},
    {0x3c7, 0x3c7, "x"},
    {0x3ca, 0x3ca, "i"},
    {0x3cb, 0x3cb, "u"},
    {0x3cc, 0x3cc, "o"},
    {0x3cd, 0x3cd, "u"},
    {0x3ce, 0x3ce, "\317\211"},
    {0x430, 0x430, "a"},
    {0x435, 0x435, "e"},
    {0x439, 0x439, "\320\270"},
    {0x43e, 0x43e, "o"},
    {0x440, 0x440, "p"},
    {0x441, 0x441, "c"},
    {0x443, 0x443, "y"},
    {0x445, 0x445, "x"},
    {0x450, 0x450, "e"},
    {0x451, 0x451, "e"},
    {0x453, 0x453, "\320\263"},
    {0x455, 0x455, "s"},
    {0x456, 0x457, "i"},
    {0x458, 0x458, "j"},
    {0x45c, 0x45c, "\320\272"},
    {0x45d, 0x45d, "\320\270"},
    {0x45e, 0x45e, "y"},
    {0x477, 0x477, "\321\265"},
    {0x4bb, 0x4bb, "h"},
    {0x4c2, 0x4c2, "\320\266"},
    {0x4d1, 0x4d1, "a"},
    {0x4d3, 0x4d3, "a"},
    {0x4d7, 0x4d7, "e"},
    {0x4db, 0x4db, "\323\231"},
    {0x4dd, 0x4dd, "\320\266"},
    {0x4df, 0x4df, "\320\267"},
    {0x4e3, 0x4e3, "\320\270"},
    {0x4e5, 0x4e5, "\320\270"},
    {0x4e7, 0x4e7, "o"},
    {0x4eb, 0x4eb, "\323\251"},
    {0x4ed, 0x4ed, "\321\215"},
    {0x4ef, 0x4ef, "y"},
    {0x4f1, 0x4f1, "y"},
    {0x4f3, 0x4f3, "y"},
    {0x4f5, 0x4f5, "\321\207"},
    {0x4f9, 0x4f9, "\321\213"},
    {0x501, 0x501, "d"},
    {0x51b, 0x51b, "q"},
    {0x51d, 0x51d, "w"},
    {0x622, 0x623, "\330\247"},
    {0x624, 0x624, "\331\210"},
    {0x625, 0x625, "\330\247"},
    {0x626, 0x626, "\331\212"},
    {0x6c0, 0x6c0, "\333\225"},
    {0x6c2, 0x6c2, "\333\201"},
    {0x6d3, 0x6d3, "\333\222"},
    {0x929, 0x929, "\340\244\250"},
    {0x931, 0x931, "\340\244\260"},
    {0x934, 0x934, "\340\244\263"},
    {0x958, 0x958, "\340\244\225"},
    {0x959, 0x959, "\340\244\226"},
    {0x95a, 0x95a, "\340\244\227"},
    {0x95b, 0x95b, "\340\244\234"},
    {0x95c, 0x95c, "\340\244\241"},
    {0x95d, 0x95d, "\340\244\242"},
    {0x95e, 0x95e, "\340\244\253"},
    {0x95f, 0x95f, "\340\244\257"},
    {0x1e00, 0x1e01, "a"},
    {0x1e02, 0x1e07, "b"},
    {0x1e08, 0x1e09, "c"},
    {0x1e0a, 0x1e13, "d"},
    {0x1e14, 0x1e1d, "e"},
    {0x1e1e, 0x1e1f, "f"},
    {0x1e20, 0x1e21, "g"},
    {0x1e22, 0x1e2b, "h"},
    {0x1e2c, 0x1e2f, "i"},
    {0x1e30, 0x1e35, "k"},
    {0x1e36, 0x1e3d, "l"},
    {0x1e3e, 0x1e43, "m"},
    {0x1e44, 0x1e4b, "n"},
    {0x1e4c, 0x1e53, "o"},
    {0x1e54, 0x1e57, "p"},
    {0x1e58, 0x1e5f, "r"},
    {0x1e60, 0x1e69, "s"},
    {0x1e6a, 0x1e71, "t"},
    {0x1e72, 0x1e7b, "u"},
    {0x1e7c, 0x1e7f, "v"},
    {0x1e80, 0x1e89, "w"},
    {0x1e8a, 0x1e8d, "x"},
    {0x1e8e, 0x1e8f, "y"},
    {0x1e90, 0x1e95, "z"},
    {0x1e96, 0x1e96, "h"},
    {0x1e97, 0x1e97, "t"},
    {0x1e98, 0x1e98, "w"},
    {0x1e99, 0x1e99, "y"},
    {0x1e9b, 0x1e9b, "s"},
    {0x1e9e, 0x1e9e, "ss"},
    {0x1ea0, 0x1eb7, "a"},
    {0x1eb8, 0x1ec7, "e"},
    {0x1ec8, 0x1ecb, "i"},
    {0x1ecc, 0x1ee3, "o"},
    {0x1ee4, 0x1ef1, "u"},
    {0x1ef2, 0x1ef9, "y"},
    {0x1f00, 0x1f0f, "a"},
    {0x1f10, 0x1f15, "\316\265"},
    {0x1f18, 0x1f1d, "\316\265"},
    {0x1f20, 0x1f2f, "\316\267"},
    {0x1f30, 0x1f3f, "i"},
    {0x1f40, 0x1f45, "o"},
    {0x1f48, 0x1f4d, "o"},
    {0x1f50, 0x1f5f, "u"},
    {0x1f60, 0x1f6f, "\317\211"},
    {0x1f70, 0x1f71, "a"},
    {0x1f72, 0x1f73, "\316\265"},
    {0x1f74, 0x1f75, "\316\267"},
    {0x1f76, 0x1f77, "i"},
    {0x1f78, 0x1f79, "o"},
    {0x1f7a, 0x1f7b, "u"},
    {0x1f7c, 0x1f7d, "\317\211"},
    {0x1f80, 0x1f8f, "a"},
    {0x1f90, 0x1f9f, "\316\267"},
    {0x1fa0, 0x1faf, "\317\211"},
    {0x1fb0, 0x1fbc, "a"},
    {0x1fbe, 0x1fbe, "i"},
    {0x1fc2, 0x1fc7, "\316\267"},
    {0x1fc8, 0x1fc9, "\316\265"},
    {0x1fca, 0x1fcc, "\316\267"},
    {0x1fd0, 0x1fd3, "i"},
    {0x1fd6, 0x1fdb, "i"},
    {0x1fe0, 0x1fe3, "u"},
    {0x1fe4, 0x1fe5, "p"},
    {0x1fe6, 0x1feb, "u"},
    {0x1fec, 0x1fec, "p"},
    {0x1ff2, 0x1ff7, "\317\211"},
    {0x1ff8, 0x1ff9, "o"},
    {0x1ffa, 0x1ffc, "\317\211"},
    {0x2010, 0x2015, "-"},
    {0x2126, 0x2126, "\317\211"},
    {0x212a, 0x212a, "k"},
    {0x212b, 0x212b, "a"},
    {0xfb00, 0xfb00, "ff"},
    {0xfb01, 0xfb01, "fi"},
    {0xfb02, 0xfb02, "fl"},
    {0xfb03, 0xfb03, "ffi"},
    {0xfb04, 0xfb04, "ffl"},
    {0xfb05, 0xfb06, "st"},
};

// What joins the letter before it or has no width: accents, joiners, marks, variants.
static bool is_unseen(uint32_t c)
{
    static const struct range unseen[] = {
        {0xad, 0xad},     {0x300, 0x36f},   {0x61c, 0x61c},   {0x64b, 0x65f},
        {0x93c, 0x93c},   {0x115f, 0x1160}, {0x180e, 0x180e}, {0x1ab0, 0x1aff},
        {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f},
        {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},
        {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff},
    };
    return is_within(c, unseen, sizeof unseen / sizeof *unseen);
}

size_t put_character(char *to, uint32_t c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        *to = (char)c;
        return 1;
    }
    for (size_t i = n; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)((0xf00u >> n & 0xf0) | c);
    return n;
}

// A Korean syllable is also written as its two or three letters.
static size_t put_syllable(char *to, uint32_t c)
{
    uint32_t at = c - 0xac00, last = at % 28;
    size_t n = put_character(to, 0x1100 + at / 588);
    n += put_character(to + n, 0x1161 + at % 588 / 28);
    return last > 0 ? n + put_character(to + n, 0x11a7 + last) : n;
}

// The letter that a Japanese one is without its mark: of が, か.
static uint32_t without_voice(uint32_t c)
{
    const uint32_t kana =
        c >= 0x30a0 && c < 0x3100 ? c - 0x60 : c; // of the other alphabet
    return (kana >= 0x304c && kana <= 0x3062 && kana % 2 == 0) || kana == 0x3065 ||
                   kana == 0x3067 || kana == 0x3069 || kana == 0x309e
               ? c - 1
           : kana >= 0x3070 && kana <= 0x307d ? c - (kana - 0x306f) % 3
           : kana == 0x3094                   ? c - (0x3094 - 0x3046)
           : kana >= 0x3097 && kana <= 0x309a ? c - 8
                                              : c;
}

// Mathematicians write ordinary letters and digits in other forms.
static uint32_t without_form(uint32_t c)
{
    return c >= 0x1d400 && c < 0x1d6a4   ? 'a' + (c - 0x1d400) % 26
           : c >= 0x1d7ce && c < 0x1d800 ? '0' + (c - 0x1d7ce) % 10
                                         : c;
}

static size_t put_look(char *to, uint32_t c)
{
    c = without_form(lower(c));
    if (c < 0x80)
        return put_character(to, c);
    if (is_unseen(c))
        return 0;
    if (c >= 0xac00 && c < 0xac00 + 11172)
        return put_syllable(to, c);
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (c >= alike[i].first && c <= alike[i].last) {
            memcpy(to, alike[i].looks, strlen(alike[i].looks));
            return strlen(alike[i].looks);
        }
    return put_character(to, without_voice(c));
}

char *look_of(const char *text)
{
    size_t n = 0;
    char *look = malloc(3 * strlen(text) + 10);
    for (const unsigned char *at = (const unsigned char *)text; look != NULL && *at;) {
        uint32_t c;
        size_t length = take_character(at, &c);
        n += length > 0 ? put_look(look + n, c) : put_character(look + n, '?');
        at += length > 0 ? length : 1;
    }
    if (look != NULL)
        look[n] = '\0';
    return look;
}

// ---- which chapter's file a name is -------------------------------------------------

size_t exact_chapter(const char *file, const char *const *chapters, size_t n_chapters)
{
    size_t n = strlen(file);
    for (size_t c = 0; c < n_chapters; c++) {
        const char *chapter = chapters[c];
        if (n == strlen(chapter) + 2 && strncmp(file, chapter, n - 2) == 0 &&
            strcmp(file + n - 2, ".c") == 0)
            return c;
    }
    return n_chapters;
}

// A part of a name behind a dot says that it is, or once was, C: "x.C", "x.c.txt".
bool is_source(const char *look)
{
    static const char *const endings[] = {"c", "h", "i", "cc", "cpp", "cxx", "hpp"};
    for (const char *dot = strchr(look, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        size_t n = strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789");
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
            if (n == strlen(endings[i]) && strncmp(dot + 1, endings[i], n) == 0)
                return true;
    }
    return false;
}

// Only the letters and digits of a text.
static char *squeezed(const char *text)
{
    char *made = must(strdup(text)), *to = made;
    for (; *text; text++)
        if (isalnum((unsigned char)*text) && (unsigned char)*text < 128)
            *to++ = *text;
    *to = '\0';
    return made;
}

// The first number before the ending, or -1: of "chapter1 (2).c" the chapter's.
static long number_in(const char *look)
{
    const char *digit = look + strcspn(look, ".0123456789");
    return isdigit((unsigned char)*digit) && strspn(digit, "0123456789") <= 3
               ? atol(digit)
               : -1;
}

// Whether a name, as letters and digits and as it looks, is nearly that of a chapter:
// first its number and word beside each other, then one of them, or the beginning of the
// word, in a C file's name.
static bool is_near(const char *chapter, const char *letters, const char *look, int pass)
{
    char numbered[128], *word = squeezed(strchr(chapter, '_'));
    long number = atol(chapter);
    snprintf(numbered, sizeof numbered, "%ld%s", number, word);
    size_t n = strcspn(letters, "0123456789"), stem = strcspn(look, ".");
    n = n < stem ? n : stem;
    bool near = pass == 0 ? strstr(letters, numbered) != NULL
                : pass == 1
                    ? strcmp(letters, word) == 0 ||
                          (is_source(look) && (strstr(letters, word) != NULL ||
                                               (n > 3 && strncmp(word, letters, n) == 0)))
                    : is_source(look) && number_in(look) == number;
    free(word);
    return near;
}

size_t near_chapter(const char *file, const char *const *chapters, size_t n_chapters)
{
    size_t found = n_chapters;
    if (file[0] == '.')
        return found;
    char *look = must(look_of(file)), *letters = squeezed(look);
    for (int pass = 0; pass < 3 && found == n_chapters; pass++)
        for (size_t c = 0; c < n_chapters; c++)
            if (found == n_chapters && is_near(chapters[c], letters, look, pass))
                found = c;
    free(look);
    free(letters);
    return found;
}
