// See clean.h.
#include "clean.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The well-formed character of UTF-8 at `at`, and its length; 0 if there is none.
static size_t read_character(const unsigned char *at, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = at[0] < 0x80                    ? 1
               : at[0] >= 0xc2 && at[0] < 0xe0 ? 2
               : at[0] >= 0xe0 && at[0] < 0xf0 ? 3
               : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
                                               : 0;
    uint32_t value = n < 2 ? at[0] : at[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3fu);
    }
    *character = value;
    return n > 0 && value >= least[n] && value <= 0x10ffff ? n : 0;
}

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

// Controls, what turns the direction of writing, what has no width or shows nothing, ends
// of lines and paragraphs, surrogates, private letters and what is no character.
static bool can_be_seen(uint32_t c)
{
    static const struct range unseen[] = {
        {0, 0x1f},          {0x7f, 0x9f},        {0xad, 0xad},     {0x34f, 0x34f},
        {0x61c, 0x61c},     {0x115f, 0x1160},    {0x17b4, 0x17b5}, {0x180b, 0x180f},
        {0x200b, 0x200f},   {0x2028, 0x202e},    {0x2060, 0x206f}, {0x2800, 0x2800},
        {0x3164, 0x3164},   {0xd800, 0xf8ff},    {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff},   {0xffa0, 0xffa0},    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
    };
    return !is_in(c, unseen, sizeof unseen / sizeof *unseen) && (c & 0xfffe) != 0xfffe;
}

static bool is_blank(uint32_t c)
{
    static const struct range blanks[] = {
        {' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
        {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
    };
    return is_in(c, blanks, sizeof blanks / sizeof *blanks);
}

// What stands above or below the letter before it.
static bool is_mark(uint32_t c)
{
    static const struct range marks[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x610, 0x61a},   {0x64b, 0x65f},
        {0x6d6, 0x6ed},   {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
    };
    return is_in(c, marks, sizeof marks / sizeof *marks);
}

// No language piles up more, and a pile covers the lines above and below.
enum { MOST_MARKS = 4 };

void clean_text(char *text)
{
    char *to = text;
    size_t n_marks = 0;
    while (*text != '\0') {
        uint32_t character = 0;
        size_t n = read_character((const unsigned char *)text, &character);
        n_marks = n > 0 && is_mark(character) ? n_marks + 1 : 0;
        if (n > 0 && is_blank(character)) {
            *to++ = ' ';
        } else if (n > 0 && can_be_seen(character) && n_marks <= MOST_MARKS) {
            memmove(to, text, n);
            to += n;
        } else {
            *to++ = '?';
        }
        text += n > 0 ? n : 1;
    }
    *to = '\0';
}
