// Makes what no usual program makes quickly.
//
//     odd_files FILE.zip N [NAME=TEXT ...]
// writes a zip of N empty entries, then one for each NAME. More than 65,535 entries get the record
// that says so, unless FILE ends with "wrapped.zip": there the number is cut to 16 bits. An entry
// "!NAME" says that it is encrypted, "%NAME" has its numbers in a field of their own, of 8 bytes each.
//
//     odd_files -l FILE <NAMES
// gives FILE all these names too: to make thousands of new files would take seconds.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *file;
static char *directory;
static size_t n_directory, n_entries;
static int is_encrypted, is_large; // the next entry

static void number(char **to, uint64_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        *(*to)++ = (char)(value & 255);
}

static uint32_t crc32_of(const char *text)
{
    uint32_t crc = ~0u;
    for (; *text; text++) {
        crc ^= (unsigned char)*text;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

// What the record in front of an entry and that of the directory share.
static void shared(char **to, const char *name, const char *text)
{
    number(to, 20, 2); // version
    number(to, (uint64_t)is_encrypted, 2);
    number(to, 0, 6); // stored as it is, time
    number(to, crc32_of(text), 4);
    number(to, strlen(text), 4);
    number(to, strlen(text), 4);
    number(to, strlen(name), 2);
    number(to, 0, 2);
}

// Of a record at the end of the directory: both sizes and the place go behind the name.
static void enlarge(char *record, uint64_t size, uint64_t at)
{
    char *to = record + 20, *field = directory + n_directory;
    number(&to, 0xffffffff, 4), number(&to, 0xffffffff, 4);
    to = record + 30;
    number(&to, 28, 2);
    to = record + 42;
    number(&to, 0xffffffff, 4);
    number(&field, 1, 2), number(&field, 24, 2);
    number(&field, size, 8), number(&field, size, 8), number(&field, at, 8);
    n_directory += 28;
}

static void add(const char *name, const char *text)
{
    char record[64], *to = record;
    long at = ftell(file);
    memcpy(to, "PK\3\4", 4), to += 4;
    shared(&to, name, text);
    fwrite(record, 1, (size_t)(to - record), file);
    fprintf(file, "%s%s", name, text);
    directory = realloc(directory, n_directory + 46 + strlen(name) + 28);
    if (directory == NULL)
        exit(1);
    to = directory + n_directory;
    memcpy(to, "PK\1\2\24\0", 6), to += 6;
    shared(&to, name, text);
    number(&to, 0, 10); // comment, disk, attributes
    number(&to, (uint64_t)at, 4);
    memcpy(to, name, strlen(name));
    n_directory += 46 + strlen(name);
    if (is_large)
        enlarge(directory + n_directory - 46 - strlen(name), strlen(text), (uint64_t)at);
    n_entries++;
}

static void finish(int wrapped)
{
    char records[128], *to = records;
    uint64_t at = (uint64_t)ftell(file), end = at + n_directory;
    if (n_entries > 65535 && !wrapped) {
        memcpy(to, "PK\6\6", 4), to += 4;
        number(&to, 44, 8);
        number(&to, 45, 2), number(&to, 45, 2), number(&to, 0, 8);
        number(&to, n_entries, 8), number(&to, n_entries, 8);
        number(&to, n_directory, 8), number(&to, at, 8);
        memcpy(to, "PK\6\7", 4), to += 4;
        number(&to, 0, 4), number(&to, end, 8), number(&to, 1, 4);
    }
    uint64_t shown = n_entries > 65535 && !wrapped ? 65535 : n_entries;
    memcpy(to, "PK\5\6", 4), to += 4;
    number(&to, 0, 4), number(&to, shown, 2), number(&to, shown, 2);
    number(&to, n_directory, 4), number(&to, at, 4), number(&to, 0, 2);
    fwrite(directory, 1, n_directory, file);
    fwrite(records, 1, (size_t)(to - records), file);
}

static int link_names(const char *from)
{
    char name[256];
    bool good = true;
    while (good && fgets(name, sizeof name, stdin) != NULL) {
        name[strcspn(name, "\n")] = '\0';
        good = link(from, name) == 0;
    }
    return !good;
}

int main(int argc, char *argv[])
{
    char name[32];
    if (argc == 3 && strcmp(argv[1], "-l") == 0)
        return link_names(argv[2]);
    if (argc < 3 || (file = fopen(argv[1], "wb")) == NULL)
        return 2;
    for (long i = 0, n = atol(argv[2]); i < n; i++) {
        snprintf(name, sizeof name, "%ld.txt", i);
        add(name, "");
    }
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        is_encrypted = argv[i][0] == '!';
        is_large = argv[i][0] == '%';
        if (equals != NULL)
            *equals = '\0', add(argv[i] + is_encrypted + is_large, equals + 1);
    }
    finish(strstr(argv[1], "wrapped.zip") != NULL);
    free(directory);
    return fclose(file) != 0;
}
