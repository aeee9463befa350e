#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// one place where two pieces stand side by side
struct place {
    uint64_t pair;  // left and right in one number
    uint64_t count; // how often the word stands in the text
    size_t at;      // the how many'th place it is
};

static int by_pair_then_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->pair != y->pair)
        return x->pair < y->pair ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

bool most_frequent_pair(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                        const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    size_t n_places = 0, n = 0, first_at = 0;
    uint64_t best = 0;
    for (size_t w = 0; w < n_words; w++)
        n_places += lengths[w];
    struct place *places = malloc((n_places + 1) * sizeof *places);
    if (!places)
        return false;
    for (size_t w = 0; w < n_words; ids += lengths[w], w++)
        for (size_t k = 1; k < lengths[w]; k++, n++)
            places[n] = (struct place){(uint64_t)ids[k - 1] << 32 | ids[k], counts[w], n};
    qsort(places, n, sizeof *places, by_pair_then_place);
    for (size_t k = 0, next; k < n; k = next) {
        uint64_t sum = 0;
        size_t at = SIZE_MAX; // its first place in a word that stands in the text
        for (next = k; next < n && places[next].pair == places[k].pair; next++) {
            sum += places[next].count;
            if (places[next].count > 0 && places[next].at < at)
                at = places[next].at;
        }
        if (sum > best || (sum == best && sum > 0 && at < first_at)) {
            best = sum;
            first_at = at;
            pair[0] = (uint32_t)(places[k].pair >> 32);
            pair[1] = (uint32_t)places[k].pair;
        }
    }
    if (best > 0)
        *count = best;
    free(places);
    return best > 0;
}

/*
What to notice: after sorting, equal pairs stand side by side, and counting them is one walk.
The place is part of the order, so that the first place of a pair is found at once, and
`qsort`, which may put equal things in any order, has no equal things to put. A hash table
counts in fewer steps still; sorting needs no table to grow, and no luck with a hash.
*/

bool merge_pair(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const bool joins = t + 1 < n_ids && ids[t] == left && ids[t + 1] == right;
        out[n++] = joins ? merged : ids[t];
        t += joins;
    }
    *n_out = n;
    return true;
}

/*
What to notice: the loop reads from `ids` and never from `out`, so what was joined cannot be
joined again, even if `merged` equals `left`. Stepping over two at a time is what makes
"aaa" come out as one merge and one rest.
*/

enum { OTHER, LETTER, NUMBER, SPACE, REST };

// where the run of one kind ends that goes on at t
static size_t run_end(const unsigned char *kinds, size_t t, unsigned char kind, size_t n)
{
    while (t < n && (kinds[t] == kind || kinds[t] == REST))
        t++;
    return t;
}

// the length of 's 't 're 've 'm 'll 'd at the start of a text, or 0
static size_t contraction(const unsigned char *text, size_t n)
{
    if (n >= 2 && text[0] == '\'' && text[1] != 0 && strchr("stmd", text[1]))
        return 2;
    if (n >= 3 && text[0] == '\'' &&
        (memcmp(text + 1, "re", 2) == 0 || memcmp(text + 1, "ve", 2) == 0 ||
         memcmp(text + 1, "ll", 2) == 0))
        return 3;
    return 0;
}

static size_t word_end(const unsigned char *text, const unsigned char *kinds, size_t t,
                       size_t n)
{
    const size_t letters = contraction(text + t, n - t);
    if (letters > 0)
        return t + letters;
    const size_t k = text[t] == ' ' && t + 1 < n && kinds[t + 1] != SPACE ? t + 1 : t;
    size_t end = run_end(kinds, k, kinds[k], n);
    if (kinds[k] != SPACE || end == n)
        return end;
    size_t last = end - 1; // where the last of the spaces begins
    while (kinds[last] == REST)
        last--;
    return last > t ? last : end;
}

bool pre_tokenize(size_t *ends, size_t *n_words, const unsigned char *text,
                  const unsigned char *kinds, size_t n_bytes)
{
    if (n_bytes > 0 && kinds[0] == REST)
        return false;
    for (size_t t = 0; t < n_bytes; t++)
        if (kinds[t] > REST)
            return false;
    size_t n = 0;
    for (size_t t = 0; t < n_bytes; n++)
        t = ends[n] = word_end(text, kinds, t, n_bytes);
    *n_words = n;
    return true;
}

/*
What to notice: a machine for a pattern is a list of questions in the order of the pattern's
alternatives. Each is asked at a place where a word begins, and the first that fits decides.
Only one of the six looks *back*: `\s+(?!\S)` takes all the spaces, sees a word behind
them, and gives one back. That one space goes to the word.
*/

enum { NOTHING = -1 };

// a piece of the word, in a chain; pieces that were swallowed have left it
struct piece {
    uint32_t id;
    size_t before, after; // places of its neighbours; n_ids: none
    int64_t becomes;      // what it and the piece after it become, or NOTHING
};

// what could be joined: the smallest `becomes` first, and of equal ones the first place
struct offer {
    int64_t becomes;
    size_t at;
};

static bool goes_first(struct offer a, struct offer b)
{
    return a.becomes < b.becomes || (a.becomes == b.becomes && a.at < b.at);
}

static void push(struct offer *heap, size_t *n, struct offer offer)
{
    size_t k = (*n)++;
    while (k > 0 && goes_first(offer, heap[(k - 1) / 2])) {
        heap[k] = heap[(k - 1) / 2];
        k = (k - 1) / 2;
    }
    heap[k] = offer;
}

static struct offer pop(struct offer *heap, size_t *n)
{
    const struct offer top = heap[0], last = heap[--*n];
    size_t k = 0;
    for (size_t child = 1; child < *n; child = 2 * k + 1) {
        child += child + 1 < *n && goes_first(heap[child + 1], heap[child]);
        if (!goes_first(heap[child], last))
            break;
        heap[k] = heap[child];
        k = child;
    }
    heap[k] = last;
    return top;
}

struct merges {
    const uint64_t *keys;
    const uint32_t *made;
    size_t n;
};

static int64_t find(const struct merges *merges, uint32_t left, uint32_t right)
{
    const uint64_t key = (uint64_t)left << 32 | right;
    size_t from = 0, to = merges->n;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (merges->keys[middle] < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from < merges->n && merges->keys[from] == key ? (int64_t)merges->made[from]
                                                         : NOTHING;
}

// looks up what pieces[at] and the one after it become, and puts it on the heap
static void offer_pair(struct piece *pieces, size_t at, size_t n_ids, struct offer *heap,
                       size_t *n, const struct merges *merges)
{
    struct piece *p = &pieces[at];
    p->becomes = p->after < n_ids ? find(merges, p->id, pieces[p->after].id) : NOTHING;
    if (p->becomes != NOTHING)
        push(heap, n, (struct offer){p->becomes, at});
}

static void join_all(struct piece *pieces, size_t n_ids, struct offer *heap,
                     const struct merges *merges)
{
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++)
        offer_pair(pieces, t, n_ids, heap, &n, merges);
    while (n > 0) {
        const struct offer offer = pop(heap, &n);
        struct piece *p = &pieces[offer.at];
        if (p->becomes != offer.becomes)
            continue; // it has changed since
        pieces[p->after].becomes = NOTHING;
        p->id = (uint32_t)offer.becomes;
        p->after = pieces[p->after].after;
        if (p->after < n_ids)
            pieces[p->after].before = offer.at;
        offer_pair(pieces, offer.at, n_ids, heap, &n, merges);
        if (p->before < n_ids)
            offer_pair(pieces, p->before, n_ids, heap, &n, merges);
    }
}

bool bpe_encode(uint32_t *out, size_t *n_out, const uint32_t *ids, const uint64_t *keys,
                const uint32_t *made, size_t n_ids, size_t n_merges)
{
    const struct merges merges = {keys, made, n_merges};
    struct piece *pieces = malloc((n_ids + 1) * sizeof *pieces);
    struct offer *heap = malloc((3 * n_ids + 1) * sizeof *heap);
    const bool has_room = pieces && heap;
    if (has_room) {
        for (size_t t = 0; t < n_ids; t++)
            pieces[t] = (struct piece){ids[t], t > 0 ? t - 1 : n_ids, t + 1, NOTHING};
        join_all(pieces, n_ids, heap, &merges);
        *n_out = 0;
        for (size_t t = 0; t < n_ids; t = pieces[t].after)
            out[(*n_out)++] = pieces[t].id;
    }
    free(heap);
    free(pieces);
    return has_room;
}

/*
What to notice: nothing is ever taken out of the middle of the heap. An offer whose pieces
have changed stays there until it comes to the top, and is then thrown away, because the
piece itself says what it would become now. A word of $n$ pieces makes at most $3n$ offers:
$n$ at first, and two for each join. So the work is $n \log n$, whatever the word.
*/

bool bpe_decode(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                const unsigned char *pieces, const size_t *starts, size_t n_ids,
                size_t vocab_size, size_t room)
{
    size_t left = room;
    for (size_t t = 0; t < n_ids; t++) {
        if (ids[t] >= vocab_size || starts[ids[t] + (size_t)1] - starts[ids[t]] > left)
            return false;
        left -= starts[ids[t] + (size_t)1] - starts[ids[t]];
    }
    for (size_t t = 0; t < n_ids; t++)
        for (size_t k = starts[ids[t]]; k < starts[ids[t] + (size_t)1]; k++)
            *text++ = pieces[k];
    *n_bytes = room - left;
    return true;
}

/*
What to notice: it is chapter 1's `embedding_forward` with rows of different lengths: an id
picks a row, and the row is copied. That it gives back what was encoded has nothing to do
with how the pieces were chosen. Joining never changes a byte, and the pieces of the whole
text, one after the other, are the text.
*/
