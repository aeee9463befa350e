// See archive.h.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "archive.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

// ---- deflate (RFC 1951) -------------------------------------------------------------

struct stream {
    const unsigned char *in;
    size_t n_in, at;
    uint32_t held; // bits that were read and not taken yet, the next one lowest
    unsigned n_held;
    unsigned char *out;
    size_t n_out, most_out;
    bool bad; // ran past the end of the input
};

// The next n bits, n at most 16; zeros, and `bad`, behind the end.
static unsigned take_bits(struct stream *s, unsigned n)
{
    while (s->n_held < n) {
        if (s->at == s->n_in) {
            s->bad = true;
            return 0;
        }
        s->held |= (uint32_t)s->in[s->at++] << s->n_held;
        s->n_held += 8;
    }
    unsigned bits = s->held & ((1u << n) - 1);
    s->held >>= n;
    s->n_held -= n;
    return bits;
}

enum { LONGEST_CODE = 15, MOST_SYMBOLS = 288, END_OF_BLOCK = 256 };

// A canonical Huffman code: how many codes of each length, and their symbols in order.
struct code {
    uint16_t count[LONGEST_CODE + 1], symbol[MOST_SYMBOLS];
};

// False if the lengths ask for more codes than there are.
static bool make_code(struct code *code, const unsigned char *lengths, size_t n)
{
    uint16_t next[LONGEST_CODE + 1] = {0};
    int left = 1;
    memset(code, 0, sizeof *code);
    for (size_t i = 0; i < n; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++) {
        left = 2 * left - code->count[length];
        if (left < 0)
            return false;
        next[length] = (uint16_t)(next[length - 1] + code->count[length - 1]);
    }
    for (size_t i = 0; i < n; i++)
        if (lengths[i] != 0)
            code->symbol[next[lengths[i]]++] = (uint16_t)i;
    return true;
}

// The next symbol, or -1 if the bits are no code.
static int take_symbol(struct stream *s, const struct code *code)
{
    int bits = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= LONGEST_CODE && !s->bad; length++) {
        bits |= (int)take_bits(s, 1);
        int count = code->count[length];
        if (bits - first < count)
            return s->bad ? -1 : code->symbol[index + bits - first];
        index += count;
        first = (first + count) * 2;
        bits *= 2;
    }
    return -1;
}

static bool put_byte(struct stream *s, unsigned char byte)
{
    if (s->n_out == s->most_out)
        return false;
    s->out[s->n_out++] = byte;
    return true;
}

static bool copy_back(struct stream *s, unsigned length, unsigned distance)
{
    if (distance > s->n_out || length > s->most_out - s->n_out)
        return false;
    unsigned char *to = s->out + s->n_out;
    if (distance == 1 || distance >= length) { // most of what a bomb unpacks to
        s->n_out += length;
        if (distance == 1)
            memset(to, to[-1], length);
        else
            memcpy(to, to - distance, length);
        return true;
    }
    for (; length > 0; length--, s->n_out++)
        s->out[s->n_out] = s->out[s->n_out - distance];
    return true;
}

// Lengths 3 to 258 and distances 1 to 32,768: a base and some more bits each.
static bool copy_match(struct stream *s, int symbol, const struct code *distances)
{
    static const unsigned short length_base[] = {
        3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const unsigned char length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                                1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                                                4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const unsigned short distance_base[] = {
        1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
        33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
        1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    if (symbol > 285)
        return false;
    unsigned length = length_base[symbol - 257] + take_bits(s, length_bits[symbol - 257]);
    int far = take_symbol(s, distances);
    if (far < 0 || far > 29)
        return false;
    unsigned distance =
        distance_base[far] + take_bits(s, far < 2 ? 0 : (unsigned)far / 2 - 1);
    return !s->bad && copy_back(s, length, distance);
}

static bool coded_block(struct stream *s, const struct code *literals,
                        const struct code *distances)
{
    for (;;) {
        int symbol = take_symbol(s, literals);
        if (symbol == END_OF_BLOCK)
            return true;
        if (symbol < 0 || (symbol < 256 ? !put_byte(s, (unsigned char)symbol)
                                        : !copy_match(s, symbol, distances)))
            return false;
    }
}

static bool stored_block(struct stream *s)
{
    s->held = s->n_held = 0;
    if (s->n_in - s->at < 4)
        return false;
    const unsigned char *head = s->in + s->at;
    size_t n = head[0] | (size_t)head[1] << 8, inverse = head[2] | (size_t)head[3] << 8;
    s->at += 4;
    if ((n ^ inverse) != 0xffff || n > s->n_in - s->at || n > s->most_out - s->n_out)
        return false;
    memcpy(s->out + s->n_out, s->in + s->at, n);
    s->at += n;
    s->n_out += n;
    return true;
}

static bool fixed_block(struct stream *s)
{
    unsigned char lengths[MOST_SYMBOLS];
    struct code literals, distances;
    for (size_t i = 0; i < MOST_SYMBOLS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    make_code(&literals, lengths, MOST_SYMBOLS);
    memset(lengths, 5, 30);
    make_code(&distances, lengths, 30);
    return coded_block(s, &literals, &distances);
}

// The code lengths of a block, which are themselves coded: 16 repeats the last one, 17
// and 18 are runs of zeros.
static bool read_lengths(struct stream *s, unsigned char *lengths, size_t n,
                         const struct code *code)
{
    for (size_t i = 0; i < n;) {
        int symbol = take_symbol(s, code);
        if (symbol < 0 || (symbol == 16 && i == 0))
            return false;
        if (symbol < 16) {
            lengths[i++] = (unsigned char)symbol;
            continue;
        }
        unsigned char again = symbol == 16 ? lengths[i - 1] : 0;
        size_t run = symbol == 16   ? 3 + take_bits(s, 2)
                     : symbol == 17 ? 3 + take_bits(s, 3)
                                    : 11 + take_bits(s, 7);
        if (run > n - i)
            return false;
        memset(lengths + i, again, run);
        i += run;
    }
    return !s->bad;
}

static bool dynamic_block(struct stream *s)
{
    static const unsigned char order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
    unsigned char lengths[MOST_SYMBOLS + 32] = {0};
    struct code code, literals, distances;
    size_t n_literals = 257 + take_bits(s, 5), n_distances = 1 + take_bits(s, 5);
    size_t n_codes = 4 + take_bits(s, 4);
    for (size_t i = 0; i < n_codes; i++)
        lengths[order[i]] = (unsigned char)take_bits(s, 3);
    if (n_literals > 286 || !make_code(&code, lengths, 19) ||
        !read_lengths(s, lengths, n_literals + n_distances, &code))
        return false;
    return make_code(&literals, lengths, n_literals) &&
           make_code(&distances, lengths + n_literals, n_distances) &&
           coded_block(s, &literals, &distances);
}

bool inflate_bytes(unsigned char *out, size_t *n_out, const unsigned char *in,
                   size_t *n_in)
{
    struct stream s = {.in = in, .n_in = *n_in, .out = out, .most_out = *n_out};
    bool good = true, last = false;
    while (good && !last) {
        last = take_bits(&s, 1);
        unsigned kind = take_bits(&s, 2);
        good = !s.bad && (kind == 0   ? stored_block(&s)
                          : kind == 1 ? fixed_block(&s)
                          : kind == 2 ? dynamic_block(&s)
                                      : false);
    }
    *n_out = s.n_out;
    *n_in = s.at - s.n_held / 8;
    return good;
}

// ---- what the formats share ---------------------------------------------------------

static uint32_t crc32_of(const unsigned char *bytes, size_t n)
{
    static uint32_t table[256];
    for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320u : table[i] >> 1;
    }
    uint32_t crc = ~0u;
    for (size_t i = 0; i < n; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    return ~crc;
}

static uint32_t little_endian(const unsigned char *at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

// Takes out what does not change a path: "./a//b" is "a/b", and so is "/a/b" for who unpacks it.
static void tidy_name(char *name)
{
    char *to = name;
    for (const char *from = name; *from;) {
        bool starts = to == name || to[-1] == '/';
        if (starts && from[0] == '.' && from[1] == '/')
            from += 2;
        else if (from[0] == '/' && starts)
            from++;
        else
            *to++ = *from++;
    }
    *to = '\0';
}

// An entry's name as a string: other systems' separators become '/', what cannot be
// printed '?', and of a name that is too long the last folders are left.
static void copy_name(char *name, const unsigned char *from, size_t n)
{
    if (n >= LONGEST_NAME) {
        const unsigned char *end = from + n;
        from = end - (LONGEST_NAME - 8);
        while (from < end && *from != '/' && *from != '\\')
            from++;
        strcpy(name, "...");
        n = (size_t)(end - from);
        copy_name(name + 3, from, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        name[i] = from[i] == '\\'                   ? '/'
                  : from[i] < ' ' || from[i] == 127 ? '?'
                                                    : (char)from[i];
    name[n] = '\0';
    tidy_name(name);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), n = strlen(ending);
    return length > n && strcasecmp(name + length - n, ending) == 0;
}

static const struct {
    const char *ending;
    enum archive_kind kind;
} kinds[] = {
    {".zip", ZIP},
    {".tar", TAR},
    {".tar.gz", TAR_GZ},
    {".tgz", TAR_GZ},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static size_t find_kind(const char *name)
{
    size_t i = 0;
    while (i < N_KINDS && !ends_with(name, kinds[i].ending))
        i++;
    return i;
}

size_t archive_ending(const char *name)
{
    const size_t i = find_kind(name);
    return i < N_KINDS ? strlen(kinds[i].ending) : 0;
}

enum archive_kind archive_kind_of(const char *name)
{
    static const char *const unread[] = {
        ".001", ".7z",   ".ace", ".alz",  ".arj", ".bz2", ".cab", ".cpio", ".dmg",
        ".egg", ".gz",   ".iso", ".jar",  ".lha", ".lz",  ".lz4", ".lzh",  ".lzma",
        ".lzo", ".rar",  ".sit", ".sitx", ".taz", ".tb2", ".tbz", ".tbz2", ".tlz",
        ".txz", ".tzst", ".tz",  ".xar",  ".xz",  ".z",   ".z01", ".zipx", ".zst",
    };
    const size_t kind = find_kind(name);
    if (kind < N_KINDS)
        return kinds[kind].kind;
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
        if (ends_with(name, unread[i]))
            return UNREAD_ARCHIVE;
    return NO_ARCHIVE;
}

// ---- zip ----------------------------------------------------------------------------

enum { END_RECORD = 22, DIRECTORY_RECORD = 46, LOCAL_RECORD = 30 };

// Where the record at the end of a zip begins, or `size`.
static size_t find_end_record(const unsigned char *bytes, size_t size)
{
    for (size_t back = END_RECORD; back <= size && back <= END_RECORD + 65535; back++)
        if (memcmp(bytes + size - back, "PK\5\6", 4) == 0)
            return size - back;
    return size;
}

// What the directory says of an entry, which sits at `at` and has `packed` bytes there.
struct zip_entry {
    size_t packed, full, at;
};

// A number of four bytes or, if they are all ones, the next one of eight, which moves on;
// from 4 GB on what four bytes can hold at most.
static size_t number_at(const unsigned char *at, const unsigned char **large,
                        const unsigned char *end)
{
    size_t value = little_endian(at, 4);
    if (value != 0xffffffff || end - *large < 8)
        return value;
    *large += 8;
    return little_endian(*large - 4, 4) == 0 ? little_endian(*large - 8, 4) : value;
}

// Whoever could not know how large an entry would be puts its numbers behind the name, in
// a field of kind 1.
static struct zip_entry read_record(const unsigned char *record)
{
    const unsigned char *field =
        record + DIRECTORY_RECORD + little_endian(record + 28, 2);
    const unsigned char *end = field + little_endian(record + 30, 2);
    struct zip_entry entry;
    while (end - field >= 4 && little_endian(field, 2) != 1 &&
           end - field - 4 >= (ptrdiff_t)little_endian(field + 2, 2))
        field += 4 + little_endian(field + 2, 2);
    const unsigned char *large =
        end - field >= 4 && little_endian(field, 2) == 1 ? field + 4 : end;
    entry.full = number_at(record + 24, &large, end);
    entry.packed = number_at(record + 20, &large, end);
    entry.at = number_at(record + 42, &large, end);
    return entry;
}

// Unpacks an entry. NULL, or what is wrong with it.
static const char *unpack_zip_entry(const unsigned char *bytes, size_t size,
                                    const unsigned char *record, struct zip_entry entry,
                                    unsigned char *out)
{
    size_t packed = entry.packed, full = entry.full, local = entry.at;
    unsigned method = little_endian(record + 10, 2);
    if (record[8] & 1)
        return "an entry is encrypted";
    if (local > size || size - local < LOCAL_RECORD ||
        memcmp(bytes + local, "PK\3\4", 4) != 0)
        return "it is damaged";
    size_t skip = LOCAL_RECORD + little_endian(bytes + local + 26, 2) +
                  little_endian(bytes + local + 28, 2);
    if (skip > size - local || packed > size - local - skip)
        return "it is damaged";
    const unsigned char *data = bytes + local + skip;
    size_t n_out = full;
    if (method == 0 && packed == full)
        memcpy(out, data, full);
    else if (method != 8)
        return "an entry is packed in a way that is not read here";
    else if (!inflate_bytes(out, &n_out, data, &packed) || n_out != full)
        return "it is damaged";
    return crc32_of(out, full) == little_endian(record + 16, 4) ? NULL : "it is damaged";
}

// What an entry is if it is no ordinary file; NULL if it is one.
static const char *zip_oddity(const unsigned char *record)
{
    unsigned system = record[5], mode = little_endian(record + 40, 2) & 0170000;
    if (system == 3 && mode == 0120000)
        return "a link";
    if (system == 3 && mode != 0 && mode != 0100000 && mode != 0040000)
        return "no ordinary file";
    return NULL;
}

// Where the directory is and how many entries it has. Of more than 65,535 entries another
// record, in front of the last one, tells.
static void find_directory(const unsigned char *bytes, size_t end, size_t *n, size_t *at)
{
    enum { LOCATOR = 20, LARGE_RECORD = 56 };
    *n = little_endian(bytes + end + 10, 2);
    *at = little_endian(bytes + end + 16, 4);
    if (end < LOCATOR || memcmp(bytes + end - LOCATOR, "PK\6\7", 4) != 0 ||
        (*n != 0xffff && *at != 0xffffffff))
        return;
    size_t large = little_endian(bytes + end - LOCATOR + 8, 4);
    if (large > end || end - large < LARGE_RECORD ||
        memcmp(bytes + large, "PK\6\6", 4) != 0)
        return;
    *n = little_endian(bytes + large + 32, 4);
    *at = little_endian(bytes + large + 48, 4);
}

// Shows the entry that a record of the directory describes. NULL, or what is wrong.
static const char *show_zip_entry(const unsigned char *bytes, size_t size,
                                  const unsigned char *record,
                                  const struct archive_reader *reader)
{
    static unsigned char out[LARGEST_ENTRY + 1];
    char name[LONGEST_NAME];
    const struct zip_entry entry = read_record(record);
    const size_t full = entry.full;
    copy_name(name, record + DIRECTORY_RECORD, little_endian(record + 28, 2));
    size_t n = strlen(name);
    if (n == 0 || name[n - 1] == '/' ||
        !reader->wants(reader->context, name, full, zip_oddity(record)) ||
        full > LARGEST_ENTRY)
        return NULL;
    const char *wrong = unpack_zip_entry(bytes, size, record, entry, out);
    if (wrong == NULL)
        reader->takes(reader->context, name, out, full);
    return wrong;
}

static const char *read_zip(const unsigned char *bytes, size_t size,
                            const struct archive_reader *reader)
{
    size_t end = find_end_record(bytes, size), n, at;
    if (end == size)
        return "it is no zip, or cut short";
    const char *wrong = NULL;
    find_directory(bytes, end, &n, &at);
    for (size_t i = 0; i < n; i++) {
        if (at > end || end - at < DIRECTORY_RECORD ||
            memcmp(bytes + at, "PK\1\2", 4) != 0)
            return "its directory is damaged";
        const unsigned char *record = bytes + at;
        at += DIRECTORY_RECORD + little_endian(record + 28, 2) +
              little_endian(record + 30, 2) + little_endian(record + 32, 2);
        if (at > end)
            return "its directory is damaged";
        const char *why = show_zip_entry(bytes, size, record, reader);
        wrong = wrong != NULL ? wrong : why; // the other entries are as good as ever
    }
    if (wrong != NULL)
        return wrong;
    if (at < end && end - at > 4 && memcmp(bytes + at, "PK\1\2", 4) == 0)
        return "it has more entries than it says";
    return size - end > END_RECORD + (size_t)little_endian(bytes + end + 20, 2)
               ? "something stands behind its end"
               : NULL;
}

// ---- tar ----------------------------------------------------------------------------

enum { BLOCK = 512 };

// A number in octal digits; more than a tar can hold if it is not one.
static size_t octal(const unsigned char *at, size_t n)
{
    size_t value = 0;
    while (n > 0 && *at == ' ')
        at++, n--;
    for (; n > 0 && *at >= '0' && *at <= '7' && value < LARGEST_TAR; at++, n--)
        value = value * 8 + (size_t)(*at - '0');
    return n > 0 && *at != ' ' && *at != '\0' ? LARGEST_TAR : value;
}

static bool tar_sum_holds(const unsigned char *head)
{
    size_t sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : head[i];
    return sum == octal(head + 148, 8);
}

static size_t length_within(const unsigned char *text, size_t most)
{
    size_t n = 0;
    while (n < most && text[n] != '\0')
        n++;
    return n;
}

// A header's own name, with its prefix in front.
static void tar_name(char *name, const unsigned char *head)
{
    unsigned char full[LONGEST_NAME];
    size_t n = 0, prefix = memcmp(head + 257, "ustar", 6) == 0
                               ? length_within(head + 345, 155)
                               : 0;
    memcpy(full, head + 345, prefix);
    n = prefix;
    if (prefix > 0)
        full[n++] = '/';
    size_t rest = length_within(head, 100);
    memcpy(full + n, head, rest);
    copy_name(name, full, n + rest);
}

// "27 path=a/b.c\n…" of an extended header: the path, if there is one. True if it says that
// the file has holes, which are not filled here.
static bool pax_name(char *name, const unsigned char *text, size_t n)
{
    static const char holes[] = "GNU.sparse.";
    bool has_holes = false;
    while (n > 0) {
        size_t length = 0, i = 0;
        for (; i < n && text[i] >= '0' && text[i] <= '9' && length < n; i++)
            length = length * 10 + (size_t)(text[i] - '0');
        if (length <= i + 1 || length > n || text[i] != ' ')
            break;
        if (length > i + 7 && memcmp(text + i + 1, "path=", 5) == 0)
            copy_name(name, text + i + 6, length - i - 7);
        has_holes =
            has_holes || (length > i + sizeof holes && !memcmp(text + i + 1, holes, 11));
        text += length;
        n -= length;
    }
    return has_holes;
}

static const char *tar_oddity(unsigned char type)
{
    return type == '0' || type == '\0' || type == '7' ? NULL
           : type == '1' || type == '2'               ? "a link"
                                                      : "no ordinary file";
}

static const char *read_tar(const unsigned char *bytes, size_t size,
                            const struct archive_reader *reader)
{
    char name[LONGEST_NAME] = "";
    bool has_holes = false;
    size_t at = 0;
    while (size - at >= BLOCK && bytes[at] != '\0') {
        const unsigned char *head = bytes + at, *data = head + BLOCK;
        size_t n = octal(head + 124, 12);
        unsigned char type = head[156];
        at += BLOCK;
        if (!tar_sum_holds(head))
            return "it is no tar, or damaged";
        if (n > size - at)
            return "it is cut short";
        at += (n + BLOCK - 1) / BLOCK * BLOCK <= size - at
                  ? (n + BLOCK - 1) / BLOCK * BLOCK
                  : n;
        if (type == 'L')
            copy_name(name, data, length_within(data, n));
        else if (type == 'x')
            has_holes = pax_name(name, data, n);
        if (strchr("LxKg", type) != NULL && type != '\0')
            continue;
        if (*name == '\0')
            tar_name(name, head);
        const char *oddity = has_holes ? "no ordinary file" : tar_oddity(type);
        if (type != '5' && reader->wants(reader->context, name, n, oddity) &&
            n <= LARGEST_ENTRY)
            reader->takes(reader->context, name, data, n);
        name[0] = '\0';
        has_holes = false;
    }
    if (at < size && bytes[at] != '\0')
        return "it is cut short";
    while (at < size && bytes[at] == '\0')
        at++;
    return at < size ? "something stands behind its end" : NULL;
}

// Where the packed bytes of a .gz begin, or 0 if it is none.
static size_t gzip_start(const unsigned char *bytes, size_t size)
{
    size_t at = 10;
    if (size < 18 || bytes[0] != 0x1f || bytes[1] != 0x8b || bytes[2] != 8)
        return 0;
    unsigned flags = bytes[3];
    if (flags & 4)
        at += 2 + little_endian(bytes + 10, 2);
    for (unsigned text = flags >> 3 & 3; text != 0; text >>= 1) // a name, a comment
        if (text & 1) {
            while (at < size && bytes[at] != '\0')
                at++;
            at++;
        }
    at += flags & 2 ? 2 : 0;
    return at + 8 < size ? at : 0;
}

// Unpacks the member of a .gz at *at, and moves *at behind it. NULL, or what is wrong.
static const char *unpack_member(unsigned char *out, size_t *n_out,
                                 const unsigned char *bytes, size_t size, size_t *at)
{
    const unsigned char *member = bytes + *at;
    size_t start = gzip_start(member, size - *at), room = *n_out;
    size_t n_in = size - *at - start;
    if (start == 0)
        return *at > 0 ? "something stands behind its end" : "it is no .tar.gz";
    if (!inflate_bytes(out, n_out, member + start, &n_in))
        return *n_out + 65536 > room ? "it unpacks to more than 64 MB" : "it is damaged";
    *at += start + n_in;
    if (size - *at < 8 || crc32_of(out, *n_out) != little_endian(bytes + *at, 4))
        return "it is damaged";
    *at += 8;
    return NULL;
}

// A .gz may have several members, which are read as one.
static const char *read_tar_gz(const unsigned char *bytes, size_t size,
                               const struct archive_reader *reader)
{
    unsigned char *out = mmap(NULL, LARGEST_TAR, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (out == MAP_FAILED)
        return "there is no memory for it";
    const char *wrong = NULL;
    size_t at = 0, n = 0;
    do {
        size_t n_out = LARGEST_TAR - n;
        wrong = unpack_member(out + n, &n_out, bytes, size, &at);
        n += wrong == NULL ? n_out : 0;
        while (at > 0 && at < size && bytes[at] == '\0') // padding
            at++;
    } while (wrong == NULL && at < size);
    if (n > 0) { // what was whole is read, whatever came behind it
        const char *tar = read_tar(out, n, reader);
        wrong = wrong != NULL ? wrong : tar;
    }
    munmap(out, LARGEST_TAR);
    return wrong;
}

// Whoever packed it may have given it the ending of another kind: what it is, it says in
// its first bytes.
static enum archive_kind kind_by_bytes(const unsigned char *bytes, size_t size)
{
    return size > 4 &&
                   (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0)
               ? ZIP
           : size > 2 && memcmp(bytes, "\x1f\x8b", 2) == 0        ? TAR_GZ
           : size > BLOCK && memcmp(bytes + 257, "ustar", 5) == 0 ? TAR
                                                                  : NO_ARCHIVE;
}

const char *archive_read(enum archive_kind kind, const unsigned char *bytes, size_t size,
                         const struct archive_reader *reader)
{
    const enum archive_kind seen = kind_by_bytes(bytes, size);
    kind = kind != UNREAD_ARCHIVE && seen != NO_ARCHIVE ? seen : kind;
    return kind == ZIP      ? read_zip(bytes, size, reader)
           : kind == TAR    ? read_tar(bytes, size, reader)
           : kind == TAR_GZ ? read_tar_gz(bytes, size, reader)
                            : "it is an archive of a kind that is not read here";
}
