// Tests of chapter 11, ids. A suite is a function, a test one thing that can be wrong.
#include "11_ids.h"
#include "judge.h"

#include "calls/11_ids.h"

#include <stdlib.h>
#include <string.h>

JUDGE_CHAPTER(11);

// ---- outputs of other kinds -----------------------------------------------------------

enum { NOT_YET = 0xE5 }; // what stands in them before the call, byte for byte

static void *room_for(size_t bytes)
{
    void *filler = malloc(bytes + 1);
    memset(filler, NOT_YET, bytes + 1);
    void *out = bytes_inout(filler, bytes);
    free(filler);
    return out;
}

// n numbers of 64 bits (size_t or uint64_t) to write, all of them poison
static void *wides_out(size_t n)
{
    _Static_assert(sizeof(size_t) == sizeof(double), "a size takes the room of a double");
    return doubles_out(n);
}

static void expect_size(const char *name, const size_t *got, size_t wanted)
{
    expect(!is_untouched(got), "%s was never written; wanted is %zu.", name, wanted);
    expect(*got == wanted, "%s: got %zu, wanted %zu.", name, *got, wanted);
}

static void expect_wide(const char *name, const uint64_t *got, uint64_t wanted)
{
    expect(*got == wanted, "%s: got %llu, wanted %llu.", name, (unsigned long long)*got,
           (unsigned long long)wanted);
}

// ---- 11.1 most_frequent_pair ----------------------------------------------------------

struct words {
    uint32_t *ids;
    size_t *lengths;
    uint64_t *counts;
    size_t n_words, n_ids;
};

static struct words room_for_words(size_t n_words, size_t n_ids)
{
    return (struct words){judge_ids(n_ids + 1), calloc(n_words + 1, sizeof(size_t)),
                          calloc(n_words + 1, sizeof(uint64_t)), n_words, n_ids};
}

struct seen {
    uint64_t pair, count;
    size_t first;
};

// The places of n keys in their order, those of equal keys as they stand: byte by byte,
// from the last one on.
static size_t *in_order(const uint64_t *keys, size_t n)
{
    size_t *order = calloc(n + 1, sizeof *order), *next = calloc(n + 1, sizeof *next);
    for (size_t k = 0; k < n; k++)
        order[k] = k;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t begin[257] = {0};
        for (size_t k = 0; k < n; k++)
            begin[(keys[k] >> shift & 255) + 1]++;
        if (n == 0 || begin[(keys[0] >> shift & 255) + 1] == n)
            continue; // all alike
        for (size_t byte = 0; byte < 256; byte++)
            begin[byte + 1] += begin[byte];
        for (size_t k = 0; k < n; k++)
            next[begin[keys[order[k]] >> shift & 255]++] = order[k];
        size_t *const last = order;
        order = next, next = last;
    }
    free(next);
    return order;
}

// The winner: false if there is none.
static bool count_pairs(struct seen *best, const struct words *words)
{
    struct seen *all = calloc(words->n_ids + 1, sizeof *all);
    uint64_t *pairs = calloc(words->n_ids + 1, sizeof *pairs);
    size_t n = 0, at = 0;
    for (size_t w = 0; w < words->n_words; at += words->lengths[w++])
        for (size_t k = 1; k < words->lengths[w]; k++)
            if (words->counts[w] > 0) {
                pairs[n] = (uint64_t)words->ids[at + k - 1] << 32 | words->ids[at + k];
                all[n] = (struct seen){pairs[n], words->counts[w], at + k};
                n++;
            }
    size_t *order = in_order(pairs, n); // of one pair: the first place comes first
    *best = (struct seen){0};
    for (size_t k = 0, next; k < n; k = next) {
        struct seen sum = all[order[k]];
        for (next = k + 1; next < n && all[order[next]].pair == sum.pair; next++)
            sum.count += all[order[next]].count;
        if (sum.count > best->count ||
            (sum.count == best->count && sum.first < best->first))
            *best = sum;
    }
    free(order), free(pairs), free(all);
    return n > 0;
}

static void try_pairs(const struct words *words)
{
    struct seen best;
    const bool is_there = count_pairs(&best, words);
    fresh_case();
    const uint32_t *ids = ids_in(words->ids, words->n_ids);
    const size_t *lengths =
        bytes_in(words->lengths, words->n_words * sizeof *words->lengths);
    const uint64_t *counts =
        bytes_in(words->counts, words->n_words * sizeof *words->counts);
    uint32_t *pair = ids_out(2);
    uint64_t *count = wides_out(1);
    const bool got =
        CALL(most_frequent_pair, pair, count, ids, lengths, counts, words->n_words);
    if (!is_there) {
        expect_refused(got, pair, "no pair stands in this text");
        expect(is_untouched(count), "count was written, but there is no pair.");
        return;
    }
    const uint32_t wanted[2] = {(uint32_t)(best.pair >> 32), (uint32_t)best.pair};
    expect_accepted(got, pair);
    expect_ids(pair, wanted, 2);
    expect_wide("count", count, best.count);
}

// Words of 0 to `longest` ids from `alphabet` of them, scaled, with counts from 1 to `most`.
static struct words drawn_words(size_t n_words, size_t longest, uint32_t alphabet,
                                uint64_t most)
{
    struct words words = room_for_words(n_words, n_words * longest);
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++) {
        words.lengths[w] = random_between(0, longest);
        words.counts[w] = 1 + judge_random() % most;
        for (size_t k = 0; k < words.lengths[w]; k++)
            words.ids[n++] = judge_random() % alphabet;
    }
    words.n_ids = n;
    return words;
}

static void try_drawn_pairs(size_t n_words, size_t longest, uint32_t alphabet,
                            uint64_t most)
{
    for (int k = 0; k < 2; k++) {
        const struct words words = drawn_words(n_words, longest, alphabet, most);
        try_pairs(&words);
    }
}

// one word, a letter an id
static struct words word_of(const char *letters, uint64_t count)
{
    struct words words = room_for_words(1, strlen(letters));
    words.lengths[0] = words.n_ids;
    words.counts[0] = count;
    for (size_t k = 0; k < words.n_ids; k++)
        words.ids[k] = (uint32_t)letters[k];
    return words;
}

static struct words two_words(const char *one, uint64_t n_one, const char *two,
                              uint64_t n_two)
{
    struct words words = room_for_words(2, strlen(one) + strlen(two));
    words.lengths[0] = strlen(one), words.lengths[1] = strlen(two);
    words.counts[0] = n_one, words.counts[1] = n_two;
    for (size_t k = 0; k < words.n_ids; k++)
        words.ids[k] = (uint32_t)(k < strlen(one) ? one[k] : two[k - strlen(one)]);
    return words;
}

static void try_two_words(const char *one, uint64_t n_one, const char *two,
                          uint64_t n_two)
{
    const struct words words = two_words(one, n_one, two, n_two);
    try_pairs(&words);
}

Test(most_frequent_pair, worked_example)
{
    const struct words run = word_of("aaa", 1);
    try_two_words("abab", 2, "bba", 3);
    try_two_words("abab", 3, "baba", 2);
    try_pairs(&run);
    try_drawn_pairs(4, 6, 3, 3);
    judge_passed();
}

Test(most_frequent_pair, random_texts)
{
    for (int draw = 0; draw < 6; draw++)
        try_drawn_pairs(random_between(5, 30), random_between(3, 12),
                        (uint32_t)random_between(3, 12), 1 + (uint64_t)draw * 7);
    try_drawn_pairs(1, 40, 3, 1);
    judge_passed();
}

// What is equal: the first place decides, not the ids, not the last place, not the word.
Test(most_frequent_pair, ties)
{
    try_two_words("bc", 1, "zaxcb", 1);
    try_two_words("ba", 1, "ab", 1);
    try_two_words("zyab", 1, "abzy", 1);
    try_two_words("xcd", 2, "cdcdab", 1);
    for (int draw = 0; draw < 12; draw++)
        try_drawn_pairs(random_between(2, 6), 4, 8, 1);
    judge_passed();
}

static void try_runs(size_t n)
{
    struct words words = room_for_words(2, 2 * n);
    words.lengths[0] = words.lengths[1] = n;
    words.counts[0] = words.counts[1] = random_between(1, 5);
    for (size_t k = 0; k < 2 * n; k++)
        words.ids[k] = k < n ? 7 : 7 + (uint32_t)(k % 2); // 7 7 7 ..., then 7 8 7 8 ...
    try_pairs(&words);
}

Test(most_frequent_pair, overlapping_places)
{
    for (size_t n = 2; n < 9; n++)
        try_runs(n);
    try_drawn_pairs(6, 12, 2, 3);
    judge_passed();
}

// No pair reaches from one word into the next, nor through a word of one piece or none.
Test(most_frequent_pair, stays_in_words)
{
    for (int draw = 0; draw < 8; draw++)
        try_drawn_pairs(30, 2, 3, 2);
    try_drawn_pairs(60, 1 + 1, 2, 1);
    judge_passed();
}

Test(most_frequent_pair, words_that_do_not_stand)
{
    try_drawn_pairs(6, 6, 4, 4);
    try_two_words("ababab", 0, "xy", 1);
    try_two_words("cd", 0, "xycdab", 1); // equal counts: the place in word 0 is none
    for (int draw = 0; draw < 6; draw++) {
        struct words words = drawn_words(8, 5, 4, 1);
        for (size_t w = 0; w < 8; w++)
            words.counts[w] = judge_random() % 2;
        try_pairs(&words);
    }
    judge_passed();
}

// Pairs that many a way to make one number of two takes for the same: (1, 0) and (0, k) for
// many a factor k, and ids that differ above 16 or 24 bits. Each of them stands twice, and
// another pair three times.
static void try_mixed_up(void)
{
    static const uint32_t factors[] = {
        2,       31,      33,         37,         100,         131,       256,
        257,     1000,    1024,       4096,       10000,       32768,     50256,
        50257,   65535,   65536,      65537,      100000,      1000000,   1000003,
        1 << 20, 1 << 24, 1000000007, 0x7FFFFFFF, 0x80000000u, UINT32_MAX};
    enum { N = sizeof factors / sizeof *factors };
    uint32_t pairs[N + 4][2] = {{1, 0}, {7, 9}, {7 + (1 << 24), 9}, {7, 9 + (1 << 16)}};
    struct words words = room_for_words(2 * (N + 4) + 3, 2 * (2 * (N + 4) + 3));
    const size_t from = random_between(0, words.n_words - 1);
    for (size_t k = 0; k < N; k++)
        pairs[k + 4][1] = factors[k];
    for (size_t k = 0; k < words.n_words; k++) {
        static const uint32_t most[2] = {5, 6};
        const size_t w = (k + from) % words.n_words;
        memcpy(words.ids + 2 * w, k < 3 ? most : pairs[(k - 3) / 2], sizeof most);
        words.lengths[w] = 2;
        words.counts[w] = 1;
    }
    try_pairs(&words);
}

Test(most_frequent_pair, wide_numbers)
{
    const uint64_t large = (uint64_t)1 << 62;
    try_drawn_pairs(5, 5, 4, 9);
    judge_remark("A count may need all 64 bits, and an id all 32.");
    for (int draw = 0; draw < 6; draw++) {
        struct words words = drawn_words(6, 6, 3, 1);
        for (size_t k = 0; k < words.n_ids; k++)
            words.ids[k] = words.ids[k] == 0   ? UINT32_MAX
                           : words.ids[k] == 1 ? 0x80000000u
                                               : words.ids[k] * 0x10000u;
        for (size_t w = 0; w < 6; w++)
            words.counts[w] = draw % 2 == 0
                                  ? ((uint64_t)1 << 33) * (1 + judge_random() % 3)
                                  : ((uint64_t)1 << 53) + judge_random() % 2;
        try_pairs(&words);
    }
    try_two_words("ab", large, "cd", large + 1);
    try_two_words("ab", 3 * large + random_between(0, 9), "cd", large - 10);
    try_two_words("ab", 5, "cd", UINT64_MAX - random_between(5, 9));
    try_two_words("ab", ((uint64_t)1 << 32) + 1, "cd", 3);
    try_mixed_up();
    try_mixed_up();
    struct words thirds = drawn_words(60, 9, 3, 1); // as ints, each is below the next one
    for (size_t k = 0; k < thirds.n_ids; k++)
        thirds.ids[k] *= 0x60000000u;
    try_pairs(&thirds);
    for (int full = 0; full < 2; full++) { // all bits of both ids are 0, or 1
        const uint32_t id = full ? UINT32_MAX : 0;
        struct words words = drawn_words(5, 4, 5, 9);
        for (size_t k = 0; k < words.n_ids; k++)
            words.ids[k] = words.ids[k] < 3 ? id : words.ids[k];
        try_pairs(&words);
        struct words run = room_for_words(1, 4);
        run.lengths[0] = 4, run.counts[0] = random_between(1, 9);
        for (size_t k = 0; k < 4; k++)
            run.ids[k] = id;
        try_pairs(&run);
    }
    judge_passed();
}

Test(most_frequent_pair, large_texts)
{
    try_drawn_pairs(3, 4, 3, 3);
    judge_remark(
        "A text of n pieces may take n log n steps, not n times n, and more room than "
        "any table of a fixed size has.");
    struct words one_long = room_for_words(1, 131101); // more pairs than 2^17
    one_long.lengths[0] = one_long.n_ids;
    one_long.counts[0] = 1;
    fill_ids(one_long.ids, one_long.n_ids, 70001);
    // two pairs stand there six times, the one first at 65,540 and the other at 131,073
    for (size_t k = 0; k < 6; k++) {
        one_long.ids[k == 0 ? 65540 : 131084 + 2 * k] = 70009;
        one_long.ids[k == 0 ? 65541 : 131085 + 2 * k] = 70008;
        one_long.ids[131073 + 2 * k] = 70005;
        one_long.ids[131074 + 2 * k] = 70004;
    }
    try_pairs(&one_long);
    const struct words many = drawn_words(70001, 2, 1009, 5);
    try_pairs(&many);
    struct words run = room_for_words(1, 100003); // one id, but for the last ones
    run.lengths[0] = run.n_ids;
    run.counts[0] = random_between(1, 9);
    for (size_t k = 0; k < run.n_ids; k++)
        run.ids[k] = k < 99990 ? 7 : judge_random();
    try_pairs(&run);
    judge_passed();
}

Test(most_frequent_pair, no_pair)
{
    try_drawn_pairs(4, 5, 3, 3);
    const struct words none = room_for_words(0, 0), short_ones = two_words("a", 3, "", 5),
                       unseen = two_words("ab", 0, "ba", 0);
    try_pairs(&none);
    try_pairs(&short_ones);
    try_pairs(&unseen);
    try_drawn_pairs(4, 5, 3, 3);
    judge_passed();
}

Test(most_frequent_pair, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_drawn_pairs(7, 5, 4, 3);
    }
    judge_passed();
}

// ---- 11.2 merge_pair ------------------------------------------------------------------

static void try_merge(const uint32_t *values, size_t n, uint32_t left, uint32_t right,
                      uint32_t merged)
{
    uint32_t *wanted = judge_ids(n + 1);
    size_t n_wanted = 0;
    for (size_t t = 0; t < n;) {
        const bool joins = t + 1 < n && values[t] == left && values[t + 1] == right;
        wanted[n_wanted++] = joins ? merged : values[t];
        t += joins ? 2 : 1;
    }
    fresh_case();
    const uint32_t *ids = ids_in(values, n);
    uint32_t *out = ids_out(n);
    size_t *n_out = wides_out(1);
    judge_room(out, n_wanted * sizeof *out);
    expect_accepted(CALL(merge_pair, out, n_out, ids, left, right, merged, n), n_out);
    expect_size("n_out", n_out, n_wanted);
    expect_ids(out, wanted, n_wanted);
}

static void try_drawn_merge(size_t n, uint32_t alphabet)
{
    for (int k = 0; k < 2; k++) {
        const uint32_t *ids = random_ids(n, alphabet);
        try_merge(ids, n, judge_random() % alphabet, judge_random() % alphabet,
                  alphabet + judge_random() % 9);
    }
}

Test(merge_pair, worked_example)
{
    const uint32_t run[] = {1, 1, 1, 1}, abb[] = {1, 2, 2};
    try_merge(run, 3, 1, 1, 24);
    try_merge(run, 4, 1, 1, 24);
    try_merge(abb, 3, 1, 2, 1);
    try_drawn_merge(8, 2);
    judge_passed();
}

Test(merge_pair, random_words)
{
    for (int draw = 0; draw < 8; draw++)
        try_drawn_merge(random_between(2, 40), (uint32_t)random_between(2, 4));
    judge_passed();
}

Test(merge_pair, runs)
{
    for (size_t n = 2; n < 12; n++) {
        uint32_t *ids = judge_ids(n + 3), id = judge_random() % 1000;
        for (size_t t = 0; t < n + 3; t++)
            ids[t] = id + (t < 2 || t == n + 2);
        try_merge(ids + 2, n, id, id, id + 5);
        try_merge(ids + 1, n + 2, id, id, id + 5);
    }
    judge_passed();
}

// The new id may be a part of the pair: what was joined is not looked at again.
Test(merge_pair, merged_is_a_part)
{
    for (int draw = 0; draw < 6; draw++) {
        const size_t n = random_between(6, 20);
        const uint32_t *ids = random_ids(n, 2);
        try_merge(ids, n, 0, 1, 0);
        try_merge(ids, n, 0, 1, 1);
        try_merge(ids, n, 1, 1, 1);
        try_merge(ids, n, 1, 0, 1);
    }
    judge_passed();
}

Test(merge_pair, wide_ids)
{
    const uint32_t wide[] = {UINT32_MAX, 0x80000000u, 0, 0x10000u};
    for (int draw = 0; draw < 24; draw++) {
        uint32_t *ids = random_ids(30, 4);
        for (size_t t = 0; t < 30; t++)
            ids[t] = wide[ids[t]];
        try_merge(ids, 30, wide[judge_random() % 4], wide[judge_random() % 4],
                  wide[judge_random() % 4]);
    }
    uint32_t near[12]; // ids that a float does not tell apart
    for (size_t t = 0; t < 12; t++)
        near[t] = 16777216 + (uint32_t)t % 2 + 2 * (uint32_t)random_between(0, 1);
    near[4] = 16777216, near[5] = 16777218;
    try_merge(near, 12, near[4], near[5], 7);
    judge_passed();
}

Test(merge_pair, short_words)
{
    try_drawn_merge(5, 2);
    const uint32_t pair[] = {3, 4};
    try_merge(pair, 2, 3, 4, 7);
    try_merge(pair, 1, 3, 3, 7);
    try_merge(pair, 2, 4, 3, 7);
    try_drawn_merge(1, 2);
    fresh_case();
    size_t *n_out = wides_out(1);
    expect(CALL(merge_pair, ids_out(0), n_out, ids_in(pair, 0), 3, 4, 7, 0),
           "merge_pair must return true for no ids: there is nothing to join.");
    expect_size("n_out", n_out, 0);
    judge_passed();
}

Test(merge_pair, large_words)
{
    try_merge(random_ids(131101, 3), 131101, judge_random() % 3, judge_random() % 3, 7);
    try_merge(judge_ids(70001), 70001, 0, 0, 1 + judge_random() % 9);
    uint32_t *ids = random_ids(70002, 9); // the pair stands at both ends
    ids[0] = ids[70000] = 20;
    ids[1] = ids[70001] = 21;
    try_merge(ids, 70002, 20, 21, judge_random());
    for (size_t n = 15; n < 18; n++) { // whole blocks, one less, one more
        uint32_t *last = random_ids(n, 9);
        last[n - 2] = 20, last[n - 1] = 21;
        try_merge(last, n, 20, 21, judge_random());
    }
    judge_passed();
}

Test(merge_pair, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        for (uint32_t last = 0; last < 2; last++) {
            uint32_t *ids = random_ids(9, 2);
            ids[7] = 1 - last; // nothing joins the last one
            ids[8] = last;
            try_merge(ids, 9, last, judge_random() % 2, 5);
        }
    }
    judge_passed();
}

// ---- 11.3 pre_tokenize ----------------------------------------------------------------

enum { OTHER, LETTER, NUMBER, SPACE, REST };

// characters to draw from, with their kinds
struct character {
    const char *bytes;
    size_t n;
    unsigned char kind;
};
static const struct character characters[] = {
    {" ", 1, SPACE},
    {"a", 1, LETTER},
    {"'", 1, OTHER},
    {"7", 1, NUMBER},
    {"s", 1, LETTER},
    {"t", 1, LETTER},
    {"r", 1, LETTER},
    {"e", 1, LETTER},
    {"v", 1, LETTER},
    {"l", 1, LETTER},
    {"m", 1, LETTER},
    {"d", 1, LETTER},
    {"S", 1, LETTER},
    {"\n", 1, SPACE},
    {"\t", 1, SPACE},
    {"!", 1, OTHER},
    {"\xC3\xA9", 2, LETTER},
    {"\xE4\xB8\xAD", 3, LETTER},
    {"\xC2\xB2", 2, NUMBER},
    {"\xC2\xA0", 2, SPACE},
    {"\xE3\x80\x80", 3, SPACE},
    {"\xE2\x82\xAC", 3, OTHER},
    {"\xF0\x9F\x98\x80", 4, OTHER},
    {"\xE2\x80\x99", 3, OTHER}, // the printed apostrophe, which begins no ending
    {"`", 1, OTHER},
    {"\xFF", 1, OTHER},
    {"\xA9", 1, OTHER}, // elsewhere it belongs to the character before it
    {"\0", 1, OTHER},
};
enum { N_CHARACTERS = sizeof characters / sizeof *characters };

struct text {
    unsigned char *bytes, *kinds;
    size_t n;
};

static struct text empty_text(size_t most)
{
    return (struct text){calloc(4 * most + 1, 1), calloc(4 * most + 1, 1), 0};
}

static void append(struct text *text, const struct character *c)
{
    memcpy(text->bytes + text->n, c->bytes, c->n);
    memset(text->kinds + text->n, REST, c->n);
    text->kinds[text->n] = c->kind;
    text->n += c->n;
}

// the text of ASCII characters and those of the list above
static struct text text_of(const char *bytes)
{
    struct text text = empty_text(strlen(bytes));
    for (size_t k = 0; bytes[k] != '\0';) {
        struct character c = {bytes + k, 1, OTHER};
        const char b = bytes[k];
        c.kind = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ? LETTER
                 : b >= '0' && b <= '9'                           ? NUMBER
                 : b == ' ' || b == '\n' || b == '\t'             ? SPACE
                                                                  : OTHER;
        for (size_t i = 0; i < N_CHARACTERS; i++)
            if (characters[i].n > 1 &&
                strncmp(characters[i].bytes, bytes + k, characters[i].n) == 0)
                c = characters[i];
        append(&text, &c);
        k += c.n;
    }
    return text;
}

// among the first n of the list; a space each `spaces`-th time
static struct text drawn_text(size_t n_characters, size_t n, uint32_t spaces)
{
    struct text text = empty_text(n_characters);
    for (size_t k = 0; k < n_characters; k++)
        append(&text, &characters[judge_random() % spaces == 0 ? 0 : judge_random() % n]);
    return text;
}

// where the character that stands at t ends
static inline size_t next_character(const struct text *text, size_t t)
{
    for (t++; t < text->n && text->kinds[t] == REST;)
        t++;
    return t;
}

// how far characters of a kind go on from t
static size_t run_of(const struct text *text, size_t t, unsigned char kind)
{
    while (t < text->n && text->kinds[t] == kind)
        t = next_character(text, t);
    return t;
}

// The alternatives of the pattern in their order; each is tried as it is written.
static size_t matched(const struct text *text, size_t t)
{
    static const char *const endings[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    static const unsigned char runs[] = {LETTER, NUMBER, OTHER};
    for (size_t k = 0; k < 7 && text->bytes[t] == '\''; k++)
        if (text->n - t >= strlen(endings[k]) &&
            memcmp(text->bytes + t, endings[k], strlen(endings[k])) == 0)
            return t + strlen(endings[k]);
    for (size_t k = 0; k < 3; k++) {
        const size_t from = t + (text->bytes[t] == ' ');
        if (run_of(text, from, runs[k]) > from)
            return run_of(text, from, runs[k]);
    }
    const size_t all = run_of(text, t, SPACE);
    size_t fewer = t;
    while (all < text->n && fewer < all && next_character(text, fewer) < all)
        fewer = next_character(text, fewer);
    return all == text->n || fewer == t ? all : fewer;
}

static void try_text(const struct text *text)
{
    size_t *wanted = calloc(text->n + 1, sizeof *wanted), n_wanted = 0;
    for (size_t t = 0; t < text->n; n_wanted++)
        t = wanted[n_wanted] = matched(text, t);
    fresh_case();
    const unsigned char *bytes = bytes_in(text->bytes, text->n);
    const unsigned char *kinds = bytes_in(text->kinds, text->n);
    size_t *ends = wides_out(text->n), *n_words = wides_out(1);
    judge_room(ends, n_wanted * sizeof *ends);
    char shown[64] = "";
    for (size_t t = 0; t < text->n && t < 60; t++)
        shown[t] = text->bytes[t] > ' ' && text->bytes[t] < 0x7F ? (char)text->bytes[t]
                   : text->bytes[t] == ' '                       ? '_'
                                                                 : '?';
    judge_case("The text, with _ for a space and ? for other bytes, begins %s", shown);
    expect_accepted(CALL(pre_tokenize, ends, n_words, bytes, kinds, text->n), n_words);
    for (size_t w = 0; w < n_wanted && w < *n_words; w++)
        expect(ends[w] == wanted[w], "ends[%zu]: got %zu, wanted %zu.", w, ends[w],
               wanted[w]);
    expect_size("n_words", n_words, n_wanted);
    free(wanted);
}

static void try_string(const char *bytes)
{
    const struct text text = text_of(bytes);
    try_text(&text);
}

static void try_drawn_text(size_t n_characters, size_t n, uint32_t spaces)
{
    for (int k = 0; k < 2; k++) {
        const struct text text = drawn_text(n_characters, n, spaces);
        try_text(&text);
    }
}

Test(pre_tokenize, worked_example)
{
    try_string("I'm  a1");
    try_drawn_text(12, 4, 3);
    judge_passed();
}

Test(pre_tokenize, random_texts)
{
    for (int draw = 0; draw < 8; draw++)
        try_drawn_text(random_between(5, 60), N_CHARACTERS, 4);
    try_drawn_text(200, 15, 5);
    judge_passed();
}

Test(pre_tokenize, endings)
{
    try_string("it's don't we're I've I'm she'll he'd");
    try_string("IT'S it'x o'clock 'r 've'l 'v");
    try_string("WE'RE I'VE WE'LL 'Re 'rE 'Ll 'lL 'vE 'T 'M 'D");
    try_string("'s's'sis 's x's7 7's !'s 'll'd");
    try_string("it\xE2\x80\x99s it`s");
    static const char *const last[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    for (size_t k = 0; k < 7; k++) { // an ending ends the text
        struct text text = drawn_text(random_between(1, 9), 15, 5);
        append(&text, &characters[1]);
        for (const char *c = last[k]; *c != '\0'; c++)
            append(&text, &(struct character){c, 1, *c == '\'' ? OTHER : LETTER});
        try_text(&text);
    }
    try_string("a'");
    try_string("a'l");
    try_string("a'r");
    struct text zero = text_of("x'"); // no ending: the byte behind it is 0
    append(&zero, &characters[N_CHARACTERS - 1]);
    append(&zero, &characters[15]);
    try_text(&zero);
    for (int draw = 0; draw < 12; draw++) {
        struct text text = empty_text(60);
        for (size_t k = 0; k < 30; k++)
            append(&text, &characters[random_between(0, 4) == 0 ? random_between(0, 1)
                                                                : random_between(2, 12)]);
        try_text(&text);
    }
    judge_passed();
}

Test(pre_tokenize, white_space)
{
    try_string("a  b");
    try_string("a b ");
    try_string("a  ");
    try_string(" \n a\n\nb \n");
    try_string("\n7\t\t!\t a \xC2\xA0"
               "b\xE3\x80\x80\xE3\x80\x80"
               "c");
    struct text no_space =
        text_of("a"); // a byte that is a space in other alphabets alone
    append(&no_space, &(struct character){"\xA0", 1, OTHER});
    append(&no_space, &(struct character){"b", 1, LETTER});
    try_text(&no_space);
    const size_t spaces[] = {0, 13, 14, 19, 20};
    for (int draw = 0; draw < 12; draw++) {
        struct text text = empty_text(60);
        for (size_t k = 0; k < 30; k++)
            append(&text, &characters[judge_random() % 3 > 0
                                          ? spaces[judge_random() % 5]
                                          : random_between(1, N_CHARACTERS - 1)]);
        try_text(&text);
    }
    judge_passed();
}

// Characters of two to four bytes, of every kind, and bytes that are none.
Test(pre_tokenize, long_characters)
{
    for (int draw = 0; draw < 10; draw++) {
        struct text text = empty_text(60);
        for (size_t k = 0; k < 30; k++)
            append(&text, &characters[judge_random() % 4 == 0
                                          ? 0
                                          : random_between(15, N_CHARACTERS - 1)]);
        try_text(&text);
    }
    judge_passed();
}

static void refuse_kinds(size_t n, size_t place, unsigned char kind, const char *why)
{
    struct text text = drawn_text(n, 4, 3);
    text.kinds[place] = kind;
    if (kind == REST && n > 300)
        text.kinds[n - 1] = 9;
    fresh_case();
    const unsigned char *bytes = bytes_in(text.bytes, text.n);
    const unsigned char *kinds = bytes_in(text.kinds, text.n);
    size_t *ends = wides_out(text.n), *n_words = wides_out(1);
    expect_refused(CALL(pre_tokenize, ends, n_words, bytes, kinds, text.n), ends, why);
    expect(is_untouched(n_words), "n_words was written, but the input is bad: %s.", why);
}

Test(pre_tokenize, refuses_bad_kinds)
{
    try_drawn_text(9, 4, 3);
    refuse_kinds(300, 0, 5, "the first kind is 5");
    refuse_kinds(300, 150, 5, "a kind in the middle is 5");
    refuse_kinds(300, 299, 5, "the last kind is 5");
    refuse_kinds(300, 299, 255, "the last kind is 255");
    refuse_kinds(300, 7, 128, "a kind is 128");
    refuse_kinds(300, 0, REST, "the first kind is REST");
    refuse_kinds(301, 0, REST, "the first kind is REST, and the last one 9");
    refuse_kinds(1, 0, REST, "the only kind is REST");
    refuse_kinds(1, 0, 5, "the only kind is 5");
    try_drawn_text(9, 4, 3);
    fresh_case();
    size_t *n_words = wides_out(1);
    expect(CALL(pre_tokenize, room_for(0), n_words, bytes_in("", 0), bytes_in("", 0), 0),
           "pre_tokenize must return true for no bytes: there are no words.");
    expect_size("n_words", n_words, 0);
    judge_passed();
}

Test(pre_tokenize, large_texts)
{
    judge_remark(
        "A text may be long: the time must be in proportion to it, also in one long run, "
        "and a place in it is a size_t.");
    const struct text drawn = drawn_text(70001, N_CHARACTERS, 4);
    try_text(&drawn);
    struct text words = empty_text(70003); // each character is a word
    for (size_t n = 0; n < 70003; n++)
        append(&words,
               &(struct character){n % 2 ? "7" : "a", 1, n % 2 ? NUMBER : LETTER});
    try_text(&words);
    for (size_t k = 0; k < 5; k++) {
        struct text text = drawn_text(5, 4, 3);
        text.bytes = realloc(text.bytes, 200100);
        text.kinds = realloc(text.kinds, 200100);
        for (size_t n = 0; n < 100003; n++)
            append(&text, &characters[k == 0   ? 0
                                      : k == 1 ? 1
                                      : k == 2 ? 19
                                      : k == 3 ? 13
                                               : 15]);
        append(&text, &characters[random_between(1, 3)]);
        try_text(&text);
    }
    judge_passed();
}

Test(pre_tokenize, stays_in_bounds)
{
    static const char *const ends[] = {"a'", "a'l", "a'r", "a'v", "a ", "a  ", " "};
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_drawn_text(11, N_CHARACTERS, 4);
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            try_string(ends[k]);
    }
    judge_passed();
}

// ---- 11.4 bpe_encode ------------------------------------------------------------------

struct merge {
    uint32_t left, right, made;
};

static inline uint64_t key_of(uint32_t left, uint32_t right)
{
    return (uint64_t)left << 32 | right;
}

struct table {
    struct merge *merges; // sorted by their keys
    uint64_t *keys;
    size_t *order; // by what they make
    size_t n;
};

static const struct merge *find_merge(const struct table *table, uint32_t left,
                                      uint32_t right)
{
    const uint64_t key = key_of(left, right);
    size_t from = 0, to = table->n;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (table->keys[middle] < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from < table->n && table->keys[from] == key ? &table->merges[from] : NULL;
}

static struct table sorted(const struct merge *merges, size_t n)
{
    struct table table = {calloc(n + 1, sizeof *merges), calloc(n + 1, sizeof(uint64_t)),
                          NULL, n};
    uint64_t *keys = calloc(n + 1, sizeof *keys);
    for (size_t k = 0; k < n; k++)
        keys[k] = key_of(merges[k].left, merges[k].right);
    size_t *order = in_order(keys, n);
    for (size_t k = 0; k < n; k++) {
        table.merges[k] = merges[order[k]];
        table.keys[k] = keys[order[k]];
    }
    free(order), free(keys);
    return table;
}

// Of equal keys only the one that makes the least stays.
static void once_each(struct table *table)
{
    size_t kept = 0;
    for (size_t k = 0; k < table->n; k++) {
        const struct merge m = table->merges[k];
        const bool is_new = kept == 0 || table->keys[kept - 1] != table->keys[k];
        if (!is_new && table->merges[kept - 1].made < m.made)
            continue;
        kept += is_new;
        table->merges[kept - 1] = m;
        table->keys[kept - 1] = table->keys[k];
    }
    table->n = kept;
}

static struct table table_of(const struct merge *merges, size_t n)
{
    struct table table = sorted(merges, n);
    once_each(&table);
    uint64_t *made = calloc(n + 1, sizeof *made);
    for (size_t k = 0; k < table.n; k++)
        made[k] = table.merges[k].made;
    table.order = in_order(made, table.n);
    free(made);
    return table;
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

// Places at which a merge could join, in a list for each merge.
struct places {
    size_t *heads, *next, *at, n; // 0: the end of a list
};

static void note(struct places *places, const struct table *table, const uint32_t *ids,
                 const size_t *after, size_t at, size_t n_ids)
{
    const struct merge *m =
        after[at] < n_ids ? find_merge(table, ids[at], ids[after[at]]) : NULL;
    if (m == NULL)
        return;
    places->at[++places->n] = at;
    places->next[places->n] = places->heads[m - table->merges];
    places->heads[m - table->merges] = places->n;
}

// The places of a merge, ascending. What was noted last stands first, and most were noted
// from left to right.
static size_t in_list(size_t *list, const struct places *places, size_t merge)
{
    size_t n = 0;
    bool ascends = true;
    for (size_t p = places->heads[merge]; p != 0; p = places->next[p])
        n++;
    size_t k = n;
    for (size_t p = places->heads[merge]; p != 0; p = places->next[p]) {
        list[--k] = places->at[p];
        ascends = ascends && (k + 1 == n || list[k] <= list[k + 1]);
    }
    if (!ascends)
        qsort(list, n, sizeof *list, compare_sizes);
    return n;
}

// Merge by merge, in the order of what they make: a join makes only places for later ones.
static size_t join_by_merges(uint32_t *out, const uint32_t *values, size_t n,
                             const struct table *table)
{
    uint32_t *ids = judge_ids(n + 1);
    size_t *after = calloc(n + 1, sizeof *after), *before = calloc(n + 1, sizeof *before);
    size_t *list = calloc(3 * n + 1, sizeof *list), n_out = 0;
    struct places places = {calloc(table->n + 1, sizeof(size_t)),
                            calloc(3 * n + 2, sizeof(size_t)),
                            calloc(3 * n + 2, sizeof(size_t)), 0};
    bool *gone = calloc(n + 1, sizeof *gone);
    for (size_t t = 0; t < n; t++)
        ids[t] = values[t], after[t] = t + 1, before[t] = t - 1;
    for (size_t t = 0; t < n; t++)
        note(&places, table, ids, after, t, n);
    for (size_t k = 0; k < table->n; k++) {
        const struct merge *m = &table->merges[table->order[k]];
        const size_t n_list = in_list(list, &places, table->order[k]);
        for (size_t i = 0; i < n_list; i++) {
            const size_t at = list[i];
            if (gone[at] || ids[at] != m->left || after[at] >= n ||
                ids[after[at]] != m->right)
                continue;
            gone[after[at]] = true;
            ids[at] = m->made;
            after[at] = after[after[at]];
            if (after[at] < n)
                before[after[at]] = at;
            note(&places, table, ids, after, at, n);
            if (at > 0)
                note(&places, table, ids, after, before[at], n);
        }
    }
    for (size_t t = 0; t < n; t = after[t])
        out[n_out++] = ids[t];
    free(gone), free(places.at), free(places.next), free(places.heads);
    free(list), free(before), free(after);
    return n_out;
}

static void try_encode(const uint32_t *values, size_t n, const struct table *table)
{
    uint32_t *wanted = judge_ids(n + 1), *makes = judge_ids(table->n + 1);
    const size_t n_wanted = join_by_merges(wanted, values, n, table);
    for (size_t k = 0; k < table->n; k++)
        makes[k] = table->merges[k].made;
    fresh_case();
    const uint32_t *ids = ids_in(values, n);
    const uint64_t *keys = bytes_in(table->keys, table->n * sizeof *keys);
    const uint32_t *made = ids_in(makes, table->n);
    uint32_t *out = ids_out(n);
    size_t *n_out = wides_out(1);
    judge_room(out, n_wanted * sizeof *out);
    expect_accepted(CALL(bpe_encode, out, n_out, ids, keys, made, n, table->n), n_out);
    expect_size("n_out", n_out, n_wanted);
    expect_ids(out, wanted, n_wanted);
}

// n merges above `alphabet` letters, most of them of two letters or a piece and a letter;
// what they make goes up in steps of 1 to `step`.
static struct table drawn_merges(size_t n, uint32_t alphabet, uint32_t step)
{
    struct merge *merges = calloc(n + 1, sizeof *merges);
    uint32_t made = alphabet;
    for (size_t k = 0; k < n; k++) {
        const bool simple = k == 0 || judge_random() % 2 == 0;
        const uint32_t piece =
            simple ? judge_random() % alphabet : merges[judge_random() % k].made;
        const uint32_t other = judge_random() % 4 > 0 || k == 0
                                   ? judge_random() % alphabet
                                   : merges[judge_random() % k].made;
        made += (uint32_t)random_between(1, step);
        merges[k] = judge_random() % 2 ? (struct merge){piece, other, made}
                                       : (struct merge){other, piece, made};
    }
    const struct table out = table_of(merges, n); // no pair twice
    free(merges);
    return out;
}

static void try_drawn_word(size_t n, const struct table *table, uint32_t alphabet)
{
    for (int k = 0; k < 2; k++)
        try_encode(random_ids(n, alphabet), n, table);
}

static const struct merge small_merges[] = {{1, 2, 10}, {2, 3, 11}, {10, 3, 12}};

Test(bpe_encode, worked_example)
{
    const uint32_t word[] = {1, 2, 3, 2, 3};
    const struct table small = table_of(small_merges, 3);
    for (int draw = 0; draw < 4; draw++) {
        const struct table drawn = drawn_merges(9, 3, 1);
        try_drawn_word(20, &drawn, 3);
    }
    try_encode(word, 5, &small);
    try_drawn_word(9, &small, 4);
    judge_passed();
}

// Those of GPT-2's merges that can be met in the words of its examples: left, right, made.
// clang-format off
static const struct merge gpt2_merges[] = {
    {6,83,470}, {6,297,1183}, {6,303,1053}, {15,17,2999}, {15,1495,36629},
    {16,17,1065}, {16,19,1415}, {16,20,1314}, {17,18,1954}, {17,20,1495},
    {19,16,3901}, {19,1314,35038}, {20,15,1120}, {20,22,3553}, {20,24,3270},
    {32,33,6242}, {32,2749,24694}, {33,34,2749}, {39,68,1544}, {39,695,28254},
    {39,11109,15496}, {40,83,1026}, {51,71,817}, {51,258,464}, {64,64,7252},
    {64,65,397}, {64,66,330}, {64,69,1878}, {64,72,1872}, {64,75,282}, {64,77,272},
    {64,81,283}, {64,83,265}, {64,259,391}, {65,68,1350}, {65,75,2436}, {65,82,1443},
    {66,64,6888}, {66,68,344}, {66,74,694}, {66,265,9246}, {66,274,728}, {67,68,2934},
    {67,72,10989}, {67,78,4598}, {67,261,9099}, {67,271,6381}, {67,891,4299},
    {68,67,276}, {68,68,1453}, {68,69,891}, {68,75,417}, {68,77,268}, {68,81,263},
    {68,82,274}, {68,83,316}, {68,86,413}, {68,268,6429}, {68,297,695}, {69,68,5036},
    {69,78,6513}, {69,273,1640}, {70,68,469}, {70,75,4743}, {70,78,2188},
    {70,276,2004}, {71,64,3099}, {71,68,258}, {71,76,23940}, {71,81,11840},
    {71,265,5183}, {72,64,544}, {72,67,312}, {72,69,361}, {72,77,259}, {72,78,952},
    {72,82,271}, {72,85,452}, {72,261,295}, {72,272,666}, {72,332,1428},
    {72,690,1191}, {74,68,365}, {74,72,4106}, {74,77,15418}, {74,259,5116},
    {74,268,3464}, {74,278,3364}, {74,641,14972}, {75,67,335}, {75,68,293},
    {75,72,4528}, {75,75,297}, {75,78,5439}, {75,88,306}, {75,259,2815},
    {75,271,27999}, {75,276,992}, {75,680,1836}, {75,1127,6615}, {76,64,2611},
    {76,68,1326}, {76,84,30300}, {76,265,6759}, {76,268,3653}, {76,272,805},
    {76,298,434}, {77,64,2616}, {77,67,358}, {77,68,710}, {77,70,782}, {77,72,8461},
    {77,78,3919}, {77,82,5907}, {77,83,429}, {77,271,21361}, {77,322,2197},
    {77,413,3605}, {78,67,375}, {78,69,1659}, {78,70,519}, {78,72,23013}, {78,74,482},
    {78,76,296}, {78,77,261}, {78,78,2238}, {78,81,273}, {78,82,418}, {78,86,322},
    {78,312,1868}, {78,375,702}, {79,64,8957}, {79,78,7501}, {79,330,33587},
    {80,84,421}, {81,68,260}, {81,72,380}, {81,75,45895}, {81,77,35906}, {81,82,3808},
    {81,83,17034}, {81,84,622}, {82,64,11400}, {82,68,325}, {82,71,1477},
    {82,72,13396}, {82,76,5796}, {82,79,2777}, {82,82,824}, {82,83,301},
    {82,259,31369}, {82,274,8448}, {82,282,21680}, {83,64,8326}, {83,71,400},
    {83,72,20259}, {83,78,1462}, {83,81,2213}, {83,84,28047}, {83,86,4246},
    {83,258,1169}, {83,283,18870}, {83,333,36590}, {83,397,8658}, {83,403,28286},
    {83,700,15344}, {84,68,518}, {84,77,403}, {84,81,333}, {84,82,385}, {84,83,315},
    {84,301,436}, {85,68,303}, {85,78,13038}, {85,263,332}, {85,1868,19382},
    {86,64,10247}, {86,68,732}, {86,72,37686}, {86,75,40989}, {86,78,21638},
    {127,102,2634}, {127,107,26884}, {198,198,628}, {220,10,1343}, {220,12,532},
    {220,15,657}, {220,20,642}, {220,28,796}, {220,40,314}, {220,64,257},
    {220,65,275}, {220,66,269}, {220,67,288}, {220,69,277}, {220,70,308},
    {220,72,1312}, {220,76,285}, {220,78,267}, {220,79,279}, {220,80,10662},
    {220,81,374}, {220,82,264}, {220,83,256}, {220,84,334}, {220,86,266},
    {220,90,1391}, {220,92,1782}, {220,259,287}, {220,260,302}, {220,261,319},
    {220,271,318}, {220,421,627}, {256,71,294}, {256,78,284}, {256,81,491},
    {256,86,665}, {256,258,262}, {257,66,936}, {257,77,281}, {257,5319,5571},
    {259,68,500}, {259,70,278}, {259,83,600}, {259,274,1127}, {260,68,631},
    {260,83,1186}, {263,82,364}, {264,64,473}, {264,79,599}, {264,259,7813},
    {264,265,3332}, {264,278,1702}, {266,64,2082}, {266,68,356}, {266,72,45967},
    {266,78,24486}, {266,273,476}, {266,296,1116}, {266,415,765}, {266,901,3656},
    {267,69,286}, {268,82,641}, {268,83,298}, {269,64,1275}, {269,265,3797},
    {271,68,786}, {271,71,680}, {271,76,1042}, {271,274,2696}, {272,67,392},
    {272,83,415}, {273,83,419}, {273,335,1764}, {274,82,408}, {274,83,395},
    {275,68,307}, {277,273,329}, {278,293,17697}, {279,78,745}, {279,418,1426},
    {279,793,1184}, {281,67,290}, {282,75,439}, {282,306,453}, {283,72,2743},
    {283,666,3699}, {284,14972,16326}, {285,64,17266}, {285,84,38779}, {285,265,2603},
    {285,272,582}, {285,391,1388}, {285,436,1276}, {288,78,466}, {294,265,326},
    {294,631,1115}, {296,272,5185}, {297,78,18798}, {302,83,1005}, {308,78,467},
    {312,271,29207}, {315,71,1071}, {322,75,4883}, {329,83,6285}, {330,274,2114},
    {332,82,690}, {333,77,700}, {334,77,555}, {361,68,901}, {395,64,18059},
    {395,17148,40037}, {395,25380,44390}, {397,75,23117}, {397,82,8937},
    {397,1836,17148}, {403,68,1726}, {408,295,2521}, {418,82,793}, {421,68,4188},
    {466,70,3290}, {467,375,922}, {476,335,995}, {491,1071,3872}, {555,1191,5820},
    {599,330,34752}, {599,2114,9029}, {627,68,8358}, {627,6429,16599}, {642,15,2026},
    {665,78,734}, {680,434,17862}, {694,2197,5319}, {695,78,11109}, {992,2004,37436},
    {1005,700,1441}, {1065,18,10163}, {1116,272,2415}, {1184,408,8588},
    {1184,2521,7797}, {1275,69,19945}, {1314,24,19707}, {1495,22,28676},
    {1702,293,2060}, {5319,992,33165}, {5571,992,7333}, {5820,453,26208},
    {6285,1726,15807}, {7252,64,46071}, {7252,7252,24794}, {7333,2004,10810},
    {17148,434,25380}, {19945,2634,40304}, {26884,303,38776},
};
// clang-format on
enum { N_GPT2 = sizeof gpt2_merges / sizeof *gpt2_merges };

// GPT-2's order of the bytes: those that one can see, then the others.
static uint32_t gpt2_id(unsigned char byte)
{
    uint32_t n_visible = 0, n_others = 0, id = 0;
    for (unsigned b = 0; b < 256; b++) {
        const bool visible = (b > 0x20 && b < 0x7F) || (b > 0xA0 && b != 0xAD);
        if (b == byte)
            id = visible ? n_visible : 188 + n_others;
        n_visible += visible, n_others += !visible;
    }
    return id;
}

struct example {
    const char *word;
    uint32_t ids[12];
};

// all words of the published examples
// clang-format off
static const struct example examples[] = {
    {"The",{464,UINT32_MAX}}, {" cat",{3797,UINT32_MAX}}, {" dog",{3290,UINT32_MAX}},
    {"cat",{9246,UINT32_MAX}}, {"the",{1169,UINT32_MAX}}, {" sat",{3332,UINT32_MAX}},
    {" on",{319,UINT32_MAX}}, {" the",{262,UINT32_MAX}}, {" mat",{2603,UINT32_MAX}},
    {"Hello",{15496,UINT32_MAX}}, {",",{11,UINT32_MAX}}, {" world",{995,UINT32_MAX}},
    {"!",{0,UINT32_MAX}}, {"king",{3364,UINT32_MAX}}, {" -",{532,UINT32_MAX}},
    {" man",{582,UINT32_MAX}}, {" +",{1343,UINT32_MAX}}, {" woman",{2415,UINT32_MAX}},
    {" =",{796,UINT32_MAX}}, {" queen",{16599,UINT32_MAX}}, {"It",{1026,UINT32_MAX}},
    {" is",{318,UINT32_MAX}}, {" a",{257,UINT32_MAX}}, {" truth",{3872,UINT32_MAX}},
    {" universally",{26208,UINT32_MAX}}, {" acknowledged",{10810,UINT32_MAX}},
    {" that",{326,UINT32_MAX}}, {" single",{2060,UINT32_MAX}}, {" in",{287,UINT32_MAX}},
    {" possession",{7797,UINT32_MAX}}, {" of",{286,UINT32_MAX}},
    {" good",{922,UINT32_MAX}}, {" fortune",{15807,UINT32_MAX}},
    {" must",{1276,UINT32_MAX}}, {" be",{307,UINT32_MAX}}, {" want",{765,UINT32_MAX}},
    {" wife",{3656,UINT32_MAX}}, {".",{13,UINT32_MAX}}, {"don",{9099,UINT32_MAX}},
    {"'t",{470,UINT32_MAX}}, {" we",{356,UINT32_MAX}}, {"'ve",{1053,UINT32_MAX}},
    {" I",{314,UINT32_MAX}}, {"'ll",{1183,UINT32_MAX}}, {" ",{220,UINT32_MAX}},
    {" two",{734,UINT32_MAX}}, {" spaces",{9029,UINT32_MAX}},
    {"  ",{220,220,UINT32_MAX}}, {" three",{1115,UINT32_MAX}},
    {"tabs",{8658,82,UINT32_MAX}}, {"\t",{197,UINT32_MAX}}, {"and",{392,UINT32_MAX}},
    {"\n",{198,UINT32_MAX}}, {"newlines",{3605,6615,UINT32_MAX}},
    {"\n\n",{628,UINT32_MAX}}, {"3",{18,UINT32_MAX}}, {"14159",{1415,19707,UINT32_MAX}},
    {" and",{290,UINT32_MAX}}, {" 50257",{2026,28676,UINT32_MAX}},
    {" tokens",{16326,UINT32_MAX}},
    {"antidisestablishmentarianism",{415,29207,44390,3699,1042,UINT32_MAX}},
    {"na\303\257ve",{2616,38776,UINT32_MAX}}, {" caf\303\251",{40304,UINT32_MAX}},
    {"ABCdef",{24694,4299,UINT32_MAX}}, {"123",{10163,UINT32_MAX}},
    {"a",{64,UINT32_MAX}}, {"int",{600,UINT32_MAX}}, {" main",{1388,UINT32_MAX}},
    {"(",{7,UINT32_MAX}}, {"void",{19382,UINT32_MAX}}, {")",{8,UINT32_MAX}},
    {" {",{1391,UINT32_MAX}}, {" return",{1441,UINT32_MAX}}, {" 0",{657,UINT32_MAX}},
    {";",{26,UINT32_MAX}}, {" }",{1782,UINT32_MAX}}, {"aaa",{46071,UINT32_MAX}},
    {" aaaa",{257,46071,UINT32_MAX}}, {" aaaaa",{257,24794,UINT32_MAX}},
};
// clang-format on
enum { N_EXAMPLES = sizeof examples / sizeof *examples };

// The published ids of each word from `from` on, and then drawn rows of words without a cut
// between them.
static void try_examples(size_t from, size_t to)
{
    const struct table table = table_of(gpt2_merges, N_GPT2);
    for (size_t k = from; k < to; k++) {
        const char *word = examples[k].word;
        uint32_t *values = judge_ids(strlen(word) + 1), *wanted = judge_ids(64);
        size_t n = 0;
        while (n < 12 && examples[k].ids[n] != UINT32_MAX)
            n++;
        for (size_t t = 0; t < strlen(word); t++)
            values[t] = gpt2_id((unsigned char)word[t]);
        const size_t n_wanted = join_by_merges(wanted, values, strlen(word), &table);
        if (n_wanted != n || memcmp(wanted, examples[k].ids, n * sizeof *wanted) != 0)
            judge_fail(GRADER_ERROR, "The reference is wrong for %s.", word);
        try_encode(values, strlen(word), &table);
    }
    for (int draw = 0; draw < 6; draw++) {
        uint32_t *values = judge_ids(400);
        size_t n = 0;
        for (size_t k = 0; k < 8; k++) {
            const char *word = examples[judge_random() % N_EXAMPLES].word;
            for (size_t t = 0; t < strlen(word); t++)
                values[n++] = gpt2_id((unsigned char)word[t]);
        }
        try_encode(values, n, &table);
    }
}

Test(bpe_encode, gpt2_examples)
{
    try_examples(0, N_EXAMPLES / 2);
    judge_passed();
}

Test(bpe_encode, gpt2_more_examples)
{
    try_examples(N_EXAMPLES / 2, N_EXAMPLES);
    judge_passed();
}

Test(bpe_encode, random_words)
{
    for (int draw = 0; draw < 8; draw++) {
        const uint32_t alphabet = (uint32_t)random_between(2, 6);
        const struct table table = drawn_merges(random_between(3, 40), alphabet, 1);
        try_drawn_word(random_between(2, 40), &table, alphabet);
    }
    for (int draw = 0; draw < 3; draw++) { // a word, and two tables
        const struct table one = drawn_merges(30, 4, 1), other = drawn_merges(30, 4, 2);
        const uint32_t *same = random_ids(25, 4);
        try_encode(same, 25, &one);
        try_encode(same, 25, &other);
    }
    judge_passed();
}

// The smallest id first, whatever stands further left or is longer; of equal ones the first.
Test(bpe_encode, order_of_joins)
{
    const struct merge later_left[] = {{2, 3, 10}, {1, 2, 11}, {3, 4, 12}, {11, 12, 13}};
    const struct merge runs[] = {{1, 1, 20}, {20, 20, 21}, {20, 1, 22}, {21, 1, 23}};
    // more offers at a time than ids: each 2 3 that joins spoils two and makes two
    const struct merge around[2][5] = {
        {{2, 3, 10}, {1, 2, 20}, {3, 1, 21}, {1, 10, 30}, {10, 1, 31}},
        {{2, 3, 10}, {1, 2, 20}, {3, 1, 21}, {1, 10, 31}, {10, 1, 30}}};
    const struct table left = table_of(later_left, 4), run = table_of(runs, 4);
    uint32_t *round = judge_ids(60);
    for (uint32_t t = 0; t < 60; t++)
        round[t] = 1 + t % 3;
    for (size_t k = 0; k < 2; k++) {
        const struct table full = table_of(around[k], 5);
        try_encode(round, random_between(30, 60), &full);
    }
    for (size_t n = 2; n < 14; n++) {
        uint32_t *ones = judge_ids(n);
        for (size_t t = 0; t < n; t++)
            ones[t] = 1;
        try_encode(ones, n, &run);
    }
    for (int draw = 0; draw < 6; draw++)
        try_drawn_word(random_between(4, 20), &left, 5);
    for (int draw = 0; draw < 6; draw++)
        try_drawn_word(random_between(4, 30), &run, 2);
    judge_passed();
}

Test(bpe_encode, wide_ids)
{
    const struct table small = table_of(small_merges, 3);
    try_drawn_word(6, &small, 4);
    judge_remark("An id is any number of 32 bits.");
    for (int draw = 0; draw < 4; draw++) {
        struct table table = drawn_merges(30, 3, 1 << 27);
        try_drawn_word(40, &table, 3);
    }
    const struct merge top[] = {{0, 1, 0x80000000u},
                                {0x80000000u, 1, UINT32_MAX - 1},
                                {UINT32_MAX - 1, 0x80000000u, UINT32_MAX}};
    const struct table wide = table_of(top, 3);
    const struct merge far[] = {{0, 0, 2}, {0, 1, 0x80000000u}, {1, 1, 3}};
    const struct table apart = table_of(far, 3);
    for (int draw = 0; draw < 6; draw++) {
        try_drawn_word(30, &wide, 2);
        try_drawn_word(30, &apart, 2);
    }
    judge_passed();
}

Test(bpe_encode, nothing_to_join)
{
    const struct table small = table_of(small_merges, 3),
                       none = table_of(small_merges, 0);
    try_drawn_word(6, &small, 4);
    try_drawn_word(random_between(3, 9), &none, 5);
    try_drawn_word(1, &small, 4);
    const uint32_t strangers[] = {3, 2, 1, 3, 3, 2, 1};
    try_encode(strangers, 7, &small);
    fresh_case();
    size_t *n_out = wides_out(1);
    const uint64_t key = (uint64_t)1 << 32 | 2;
    const uint32_t ten = 10;
    expect(CALL(bpe_encode, ids_out(0), n_out, ids_in(&ten, 0), bytes_in(&key, 8),
                ids_in(&ten, 1), 0, 1),
           "bpe_encode must return true for no ids: there is nothing to join.");
    expect_size("n_out", n_out, 0);
    judge_passed();
}

Test(bpe_encode, long_words)
{
    const struct table small = table_of(small_merges, 3);
    try_drawn_word(7, &small, 4);
    judge_remark("A word may have a hundred thousand letters: n log n steps, never n "
                 "times n, so join "
                 "with a list and a heap.");
    const struct table drawn = drawn_merges(9001, 61, 1);
    enum { N = 100003, N_DOUBLED = 17, FIRST = 20000 };
    struct merge *merges = calloc(drawn.n + N_DOUBLED, sizeof *merges);
    memcpy(merges, drawn.merges, drawn.n * sizeof *merges);
    for (uint32_t k = 0; k < N_DOUBLED; k++)
        merges[drawn.n + k] = (struct merge){FIRST + k, FIRST + k, FIRST + k + 1};
    const struct table table = table_of(merges, drawn.n + N_DOUBLED);
    uint32_t *word = random_ids(N, 61); // then a run, which begins at any place
    for (size_t t = random_between(N / 2, N / 2 + 9); t < N; t++)
        word[t] = FIRST;
    try_encode(word, N, &table);
    judge_passed();
}

Test(bpe_encode, many_merges)
{
    const struct table small = table_of(small_merges, 3);
    try_drawn_word(7, &small, 4);
    judge_remark("Among n merges a pair is found in log n steps: they are sorted.");
    const struct table table = drawn_merges(150001, 997, 3);
    try_encode(random_ids(30011, 997), 30011, &table);
    judge_passed();
}

Test(bpe_encode, stays_in_bounds)
{
    const struct table small = table_of(small_merges, 3);
    const uint32_t ends[] = {3, 3, 1, 2};
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_drawn_word(9, &small, 4);
        try_encode(ends, 4, &small);
    }
    judge_passed();
}

// ---- 11.5 bpe_decode ------------------------------------------------------------------

struct pieces {
    unsigned char *bytes;
    size_t *starts;
    size_t vocab_size;
};

// pieces of 0 to `longest` drawn bytes
static struct pieces drawn_pieces(size_t vocab_size, size_t longest)
{
    struct pieces p = {calloc(vocab_size * longest + 1, 1),
                       calloc(vocab_size + 1, sizeof(size_t)), vocab_size};
    for (size_t v = 0; v < vocab_size; v++) {
        p.starts[v + 1] = p.starts[v] + random_between(0, longest);
        for (size_t k = p.starts[v]; k < p.starts[v + 1]; k++)
            p.bytes[k] = (unsigned char)judge_random();
    }
    return p;
}

static size_t length_of(const struct pieces *p, const uint32_t *ids, size_t n)
{
    size_t sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += p->starts[ids[t] + (size_t)1] - p->starts[ids[t]];
    return sum;
}

// `more`: how much more room there is than is needed
static void try_decode(const struct pieces *p, const uint32_t *values, size_t n,
                       size_t more)
{
    const size_t length = length_of(p, values, n);
    unsigned char *wanted = calloc(length + 1, 1), *to = wanted;
    for (size_t t = 0; t < n; t++)
        for (size_t k = p->starts[values[t]]; k < p->starts[values[t] + (size_t)1]; k++)
            *to++ = p->bytes[k];
    fresh_case();
    const uint32_t *ids = ids_in(values, n);
    const unsigned char *pieces = bytes_in(p->bytes, p->starts[p->vocab_size]);
    const size_t *starts = bytes_in(p->starts, (p->vocab_size + 1) * sizeof *p->starts);
    unsigned char *text = room_for(length + more);
    size_t *n_bytes = wides_out(1);
    judge_room(text, length);
    if (more == 0)
        judge_case("The text just fits into the room.");
    expect_accepted(CALL(bpe_decode, text, n_bytes, ids, pieces, starts, n, p->vocab_size,
                         length + more),
                    n_bytes);
    expect_size("n_bytes", n_bytes, length);
    for (size_t k = 0; k < length; k++)
        expect(text[k] == wanted[k], "text[%zu]: got the byte %u, wanted %u.", k,
               (unsigned)text[k], (unsigned)wanted[k]);
    free(wanted);
}

static void try_drawn_ids(size_t n, size_t vocab_size, size_t longest)
{
    for (int k = 0; k < 2; k++) {
        const struct pieces p = drawn_pieces(vocab_size, longest);
        try_decode(&p, random_ids(n, vocab_size), n, k == 0 ? 0 : random_between(1, 9));
    }
}

Test(bpe_decode, worked_example)
{
    const struct pieces p = {(unsigned char[]){"catdog"}, (size_t[]){0, 3, 3, 6}, 3};
    const uint32_t ids[] = {2, 0, 1, 2};
    try_decode(&p, ids, 4, 5);
    try_decode(&p, ids, 4, 0);
    try_decode(&p, random_ids(17, 3), 17, 0);
    judge_passed();
}

// Pieces that do not begin at the first byte: only `starts` says where they are.
static void try_later_pieces(size_t vocab_size, size_t longest)
{
    const struct pieces all = drawn_pieces(vocab_size + 3, longest);
    const struct pieces p = {all.bytes, all.starts + 3, vocab_size};
    try_decode(&p, random_ids(20, vocab_size), 20, 0);
}

Test(bpe_decode, random_ids)
{
    try_later_pieces(5, 4);
    try_later_pieces(9, 3);
    for (int draw = 0; draw < 8; draw++)
        try_drawn_ids(random_between(1, 30), random_between(1, 20), random_between(1, 9));
    judge_passed();
}

// A byte is a byte: 0 is no end, and what is above 127 is not negative.
Test(bpe_decode, every_byte)
{
    struct pieces p = {calloc(512, 1), calloc(257, sizeof(size_t)), 256};
    for (size_t v = 0; v < 256; v++) {
        p.starts[v + 1] = 2 * v + 2;
        p.bytes[2 * v] = (unsigned char)v;
        p.bytes[2 * v + 1] = (unsigned char)(judge_random() % 2 ? 0 : 255 - v);
    }
    try_decode(&p, random_ids(600, 256), 600, 0);
    try_drawn_ids(40, 3, 2);
    judge_passed();
}

Test(bpe_decode, empty_pieces)
{
    try_drawn_ids(20, 9, 1);
    struct pieces p = drawn_pieces(7, 0);
    p.starts[7] = 4; // the last one alone has bytes
    memcpy(p.bytes = calloc(8, 1), "last", 4);
    try_decode(&p, random_ids(9, 7), 9, 3);
    try_decode(&p, random_ids(5, 6), 5, 2); // all empty
    try_decode(&p, random_ids(5, 6), 5, 0);
    try_decode(&p, NULL, 0, 0);
    try_decode(&(struct pieces){p.bytes, (size_t[]){0}, 0}, NULL, 0,
               2); // no pieces at all
    fresh_case();
    size_t *n_bytes = wides_out(1);
    expect(CALL(bpe_decode, room_for(3), n_bytes, ids_in(NULL, 0), bytes_in(p.bytes, 4),
                bytes_in(p.starts, 8 * sizeof *p.starts), 0, 7, 3),
           "bpe_decode must return true for no ids: the text is empty.");
    expect_size("n_bytes", n_bytes, 0);
    judge_passed();
}

static void refuse_ids(size_t n, size_t place, uint32_t id, size_t vocab_size,
                       size_t room, const char *why)
{
    struct pieces p = drawn_pieces(12, 3); // there is more behind the vocabulary
    for (size_t v = 0; v <= 12; v++)
        p.starts[v] = 2 * v;
    p.bytes = calloc(24, 1);
    memset(p.bytes, 'x', 24);
    uint32_t *values = random_ids(n, vocab_size < 12 && vocab_size > 0 ? vocab_size : 5);
    if (place < n)
        values[place] = id;
    fresh_case();
    const uint32_t *ids = ids_in(values, n);
    unsigned char *text = room_for(2 * n + 8);
    size_t *n_bytes = wides_out(1);
    expect_refused(CALL(bpe_decode, text, n_bytes, ids, bytes_in(p.bytes, 24),
                        bytes_in(p.starts, 13 * sizeof *p.starts), n, vocab_size, room),
                   text, why);
    expect(is_untouched(n_bytes), "n_bytes was written, but the input is bad: %s.", why);
}

// No piece is empty, and there is room to spare: whoever goes wrong with those has written
// the function.
static void try_plain_ids(void)
{
    const struct pieces p = {(unsigned char[]){"catdoghen"}, (size_t[]){0, 3, 6, 9}, 3};
    try_decode(&p, random_ids(7, 3), 7, random_between(2, 9));
}

Test(bpe_decode, refuses_bad_ids)
{
    try_plain_ids();
    refuse_ids(9, 0, 6, 6, 100, "the first id is vocab_size");
    refuse_ids(9, 4, 6, 6, 100, "an id in the middle is vocab_size");
    refuse_ids(9, 8, 6, 6, 100, "the last id is vocab_size");
    refuse_ids(66003, 66002, 7, 6, 1000000, "the last of 66,003 ids is above vocab_size");
    refuse_ids(9, 8, UINT32_MAX, 6, 100, "the last id is 4294967295");
    refuse_ids(9, 4, 0x80000000u, 6, 100, "an id is 2147483648");
    refuse_ids(3, 1, 0, 0, 100, "the vocabulary is empty");
    refuse_ids(1, 0, 6, 6, 0, "the only id is vocab_size, and there is no room");
    try_plain_ids();
    judge_passed();
}

// A piece so long that its length is small in 32 bits: the text does not fit.
static void refuse_long_piece(size_t length)
{
    const size_t starts_at[3] = {0, length, length + 2};
    const uint32_t values[3] = {0, 0, 1}; // the first is refused: there are no such bytes
    fresh_case();
    unsigned char *text = room_for(50);
    size_t *n_bytes = wides_out(1);
    expect_refused(CALL(bpe_decode, text, n_bytes, ids_in(values, 3), bytes_in("xyz", 3),
                        bytes_in(starts_at, sizeof starts_at), 3, 2, 50),
                   text, "a piece has more than 4,294,967,295 bytes");
    expect(is_untouched(n_bytes), "n_bytes was written, but the text does not fit.");
}

Test(bpe_decode, refuses_small_room)
{
    try_drawn_ids(5, 6, 3);
    refuse_ids(9, 9, 0, 6, 17, "the text has 18 bytes, and there is room for 17");
    refuse_ids(9, 9, 0, 6, 16, "the text has 18 bytes, and there is room for 16");
    refuse_ids(9, 9, 0, 6, 1, "the text has 18 bytes, and there is room for 1");
    refuse_ids(9, 9, 0, 6, 0, "there is no room at all");
    refuse_ids(1, 1, 0, 6, 1, "a piece has 2 bytes, and there is room for 1");
    refuse_long_piece((size_t)UINT32_MAX + 1);
    refuse_long_piece((size_t)UINT32_MAX + random_between(2, 20));
    try_drawn_ids(5, 6, 3);
    judge_passed();
}

Test(bpe_decode, large_sizes)
{
    try_drawn_ids(70021, 5, 3);
    try_drawn_ids(7, 70001, 3);
    try_drawn_ids(5, 3, 60013);
    judge_passed();
}

Test(bpe_decode, stays_in_bounds)
{
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_drawn_ids(9, 5, 4);
    }
    judge_passed();
}
