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

// Controls, what turns the direction of writing, what has no width, ends of lines and
// paragraphs, surrogates, private letters and what is no character.
static bool can_be_seen(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } unseen[] = {
        {0, 0x1f},        {0x7f, 0x9f},        {0xad, 0xad},     {0x61c, 0x61c},
        {0x180e, 0x180e}, {0x200b, 0x200f},    {0x2028, 0x202e}, {0x2060, 0x206f},
        {0xd800, 0xf8ff}, {0xfdd0, 0xfdef},    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
        {0xfff0, 0xfffb}, {0xe0000, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (c >= unseen[i].first && c <= unseen[i].last)
            return false;
    return (c & 0xfffe) != 0xfffe;
}

void clean_text(char *text)
{
    char *to = text;
    while (*text != '\0') {
        uint32_t character = 0;
        size_t n = read_character((const unsigned char *)text, &character);
        if (n > 0 && can_be_seen(character)) {
            memmove(to, text, n);
            to += n;
        } else {
            *to++ = '?';
        }
        text += n > 0 ? n : 1;
    }
    *to = '\0';
}
