// Other right answers to the exercises of chapter 11: ways to write them that differ from
// the solutions, and that the tests must accept. answers.h says how they are listed.
#include <stdlib.h>
#include <string.h>

// --------------------------------------------------------------- 11.1 most_frequent_pair

struct slot {
    uint64_t count;
    size_t first; // place + 1; 0: free
    uint32_t left, right;
};

RIGHT(most_frequent_pair, pair_by_hash, "a hash table, then a look at all its slots")
bool pair_by_hash(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                  const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    size_t n = 1, n_slots = 2, place = 0, best = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    while (n_slots < 2 * n)
        n_slots *= 2;
    struct slot *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t w = 0; w < n_words; place += lengths[w++])
        for (size_t k = place + 1; k < place + lengths[w] && counts[w] != 0; k++) {
            const uint64_t key = (uint64_t)ids[k - 1] * 0x9E3779B97F4A7C15u + ids[k];
            size_t s = (size_t)(key * 0xBF58476D1CE4E5B9u >> 20) & (n_slots - 1);
            while (slots[s].first != 0 &&
                   (slots[s].left != ids[k - 1] || slots[s].right != ids[k]))
                s = (s + 1) & (n_slots - 1);
            if (slots[s].first == 0)
                slots[s] = (struct slot){0, k + 1, ids[k - 1], ids[k]};
            slots[s].count += counts[w];
        }
    for (size_t s = 0; s < n_slots; s++)
        if (slots[s].count > slots[best].count ||
            (slots[s].count == slots[best].count && slots[s].first != 0 &&
             slots[s].first < slots[best].first))
            best = s;
    const bool found = slots[best].count > 0;
    if (found)
        pair[0] = slots[best].left, pair[1] = slots[best].right,
        *count = slots[best].count;
    free(slots);
    return found;
}

// places sorted by halves, without qsort
static void sort_places(size_t *places, size_t *room, size_t n, const uint32_t *ids)
{
    if (n < 2)
        return;
    const size_t half = n / 2;
    sort_places(places, room, half, ids);
    sort_places(places + half, room, n - half, ids);
    for (size_t a = 0, b = half, k = 0; k < n; k++) {
        bool left = a < half;
        if (a < half && b < n) {
            const uint32_t *x = ids + places[a], *y = ids + places[b];
            left = x[0] < y[0] || (x[0] == y[0] && x[1] <= y[1]);
        }
        room[k] = left ? places[a++] : places[b++];
    }
    memcpy(places, room, n * sizeof *places);
}

RIGHT(most_frequent_pair, pair_by_halves, "places sorted by a stable merge sort")
bool pair_by_halves(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                    const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    size_t n = 0, n_places = 0, first = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    size_t *places = malloc((2 * n + 1) * sizeof *places);
    uint64_t *times = malloc((n + 1) * sizeof *times), best = 0;
    if (places != NULL && times != NULL) {
        for (size_t w = 0, at = 0; w < n_words; at += lengths[w++])
            for (size_t k = 0; k + 1 < lengths[w]; k++)
                if ((times[at + k] = counts[w]) > 0)
                    places[n_places++] = at + k;
        sort_places(places, places + n, n_places, ids);
        for (size_t k = 0; k < n_places;) {
            const size_t at = places[k];
            uint64_t sum = 0;
            for (; k < n_places && memcmp(ids + at, ids + places[k], 8) == 0; k++)
                sum += times[places[k]];
            if (sum > best || (sum == best && at < first))
                best = sum, first = at;
        }
    }
    if (best > 0) {
        memcpy(pair, ids + first, 8);
        *count = best;
    }
    free(places), free(times);
    return best > 0;
}

RIGHT(most_frequent_pair, pair_in_two_walks,
      "the hash table holds sums only; a second walk finds the first place")
bool pair_in_two_walks(uint32_t *pair, uint64_t *count, const uint32_t *ids,
                       const size_t *lengths, const uint64_t *counts, size_t n_words)
{
    size_t n = 1, n_slots = 2;
    uint64_t best = 0;
    for (size_t w = 0; w < n_words; w++)
        n += lengths[w];
    while (n_slots < 2 * n)
        n_slots <<= 1;
    struct slot *slots = calloc(n_slots, sizeof *slots);
    for (int walk = 0; walk < 2; walk++) {
        const uint32_t *word = ids;
        for (size_t w = 0; w < n_words; word += lengths[w++])
            for (size_t k = 1; k < lengths[w]; k++) {
                size_t s = (size_t)((word[k - 1] * 2654435761u) ^ (word[k] * 40503u)) *
                                   11400714819323198485u >>
                               24 &
                           (n_slots - 1);
                while (slots[s].first &&
                       (slots[s].left != word[k - 1] || slots[s].right != word[k]))
                    s = (s + 1) % n_slots;
                if (walk == 0) {
                    slots[s].left = word[k - 1], slots[s].right = word[k];
                    slots[s].first = 1;
                    slots[s].count += counts[w];
                    best = slots[s].count > best ? slots[s].count : best;
                } else if (counts[w] > 0 && slots[s].count == best) {
                    pair[0] = word[k - 1], pair[1] = word[k], *count = best;
                    free(slots);
                    return true;
                }
            }
    }
    free(slots);
    return false;
}

// ----------------------------------------------------------------------- 11.2 merge_pair

RIGHT(merge_pair, merge_with_memory, "one id is held back until the next is known")
bool merge_with_memory(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                       uint32_t right, uint32_t merged, size_t n_ids)
{
    bool held = false;
    *n_out = 0;
    for (const uint32_t *id = ids; id != ids + n_ids; id++) {
        if (held && *id == right) {
            out[(*n_out)++] = merged;
            held = false;
            continue;
        }
        if (held)
            out[(*n_out)++] = left;
        held = *id == left;
        if (!held)
            out[(*n_out)++] = *id;
    }
    if (held)
        out[(*n_out)++] = left;
    return true;
}

RIGHT(merge_pair, merge_in_place, "copied first, then joined within out")
bool merge_in_place(uint32_t *out, size_t *n_out, const uint32_t *ids, uint32_t left,
                    uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t to = 0, from = 0;
    if (n_ids > 0)
        memcpy(out, ids, n_ids * sizeof *out);
    while (from < n_ids) {
        if (n_ids - from > 1 && out[from] == left && out[from + 1] == right) {
            out[to++] = merged;
            from += 2;
        } else {
            out[to++] = out[from++];
        }
    }
    *n_out = to;
    return true;
}

RIGHT(merge_pair, merge_without_branches, "the step is added up")
bool merge_without_branches(uint32_t *out, size_t *n_out, const uint32_t *ids,
                            uint32_t left, uint32_t right, uint32_t merged, size_t n_ids)
{
    size_t n = 0, t = 0;
    for (; t + 1 < n_ids; n++) {
        const size_t joins = (ids[t] == left) & (ids[t + 1] == right);
        const uint32_t both[2] = {ids[t], merged};
        out[n] = both[joins];
        t += 1 + joins;
    }
    if (t < n_ids)
        out[n++] = ids[t];
    n_out[0] = n;
    return true;
}

// --------------------------------------------------------------------- 11.3 pre_tokenize

enum { IS_OTHER, IS_LETTER, IS_NUMBER, IS_SPACE, IS_REST };

RIGHT(pre_tokenize, cut_by_state, "a true machine: one walk, a state for the word so far")
bool cut_by_state(size_t *ends, size_t *n_words, const unsigned char *text,
                  const unsigned char *kinds, size_t n_bytes)
{
    for (size_t t = 0; t < n_bytes; t++)
        if (kinds[t] > 4 || (t == 0 && kinds[t] == 4))
            return false;
    size_t n = 0, start = 0, last = 0; // of the word; of its last character
    int state = -1;                    // the kind of the word
    for (size_t t = 0; t < n_bytes; t++) {
        if (kinds[t] == IS_REST)
            continue;
        if (t > start && state == IS_SPACE && kinds[t] != IS_SPACE) {
            if (text[last] == ' ' && t - last == 1) {
                if (last > start)
                    ends[n++] = last; // the space goes to what comes
                start = last;
                state = kinds[t];
                last = t;
                continue;
            }
            if (last > start)
                ends[n++] = last;
            ends[n++] = t;
            start = t;
        } else if (t > start && state != kinds[t]) {
            ends[n++] = t;
            start = t;
        }
        if (t == start && text[t] == '\'') {
            const size_t left = n_bytes - t;
            const unsigned char a = left > 1 ? text[t + 1] : 0,
                                b = left > 2 ? text[t + 2] : 0;
            const size_t length = a == 's' || a == 't' || a == 'm' || a == 'd' ? 2
                                  : (a == 'r' && b == 'e') || (a == 'v' && b == 'e') ||
                                          (a == 'l' && b == 'l')
                                      ? 3
                                      : 0;
            if (length > 0) {
                ends[n++] = start = t + length;
                t += length - 1;
                state = -1;
                last = start;
                continue;
            }
        }
        state = kinds[t];
        last = t;
    }
    if (start < n_bytes)
        ends[n++] = n_bytes;
    *n_words = n;
    return true;
}

static size_t letters_after(const unsigned char *text, size_t n, const char *letters)
{
    const size_t length = strlen(letters);
    return n > length && memcmp(text + 1, letters, length) == 0 ? length + 1 : 0;
}

RIGHT(pre_tokenize, cut_by_alternatives, "each alternative is tried as it is written")
bool cut_by_alternatives(size_t *ends, size_t *n_words, const unsigned char *text,
                         const unsigned char *kinds, size_t n_bytes)
{
    static const char *const endings[] = {"s", "t", "re", "ve", "m", "ll", "d"};
    size_t n = 0, bad = n_bytes > 0 && kinds[0] == IS_REST;
    for (size_t t = 0; t < n_bytes; t++)
        bad += kinds[t] > IS_REST;
    if (bad)
        return false;
    for (size_t t = 0, e; t < n_bytes; ends[n++] = t = e) {
        e = t;
        for (size_t k = 0; k < 7 && e == t && text[t] == '\''; k++)
            e += letters_after(text + t, n_bytes - t, endings[k]);
        for (int kind = IS_LETTER; kind >= 0 && e == t; kind = kind == 1   ? 2
                                                               : kind == 2 ? 0
                                                                           : -1) {
            const size_t from = t + (text[t] == ' ');
            size_t to = from;
            if (from < n_bytes && kinds[from] == kind)
                while (to < n_bytes && (kinds[to] == kind || kinds[to] == IS_REST))
                    to++;
            e = to > from ? to : t;
        }
        if (e > t)
            continue;
        size_t last = t;
        for (e = t; e < n_bytes && (kinds[e] == IS_SPACE || kinds[e] == IS_REST); e++)
            last = kinds[e] == IS_SPACE ? e : last;
        if (e < n_bytes && last > t)
            e = last;
    }
    *n_words = n;
    return true;
}

// ----------------------------------------------------------------------- 11.4 bpe_encode

struct list {
    uint32_t *ids;
    size_t *after, *before;
    size_t n;
};

static size_t rule_of(const struct list *l, size_t at, const uint64_t *keys, size_t n)
{
    size_t step = 1, k = 0;
    if (at >= l->n || l->after[at] >= l->n || n == 0)
        return SIZE_MAX;
    const uint64_t key = (uint64_t)l->ids[at] * 0x100000000u + l->ids[l->after[at]];
    while (step < n)
        step *= 2;
    for (; step > 0; step /= 2)
        if (k + step < n && keys[k + step] <= key)
            k += step;
    return keys[k] == key ? k : SIZE_MAX;
}

struct rank {
    uint32_t made;
    size_t at;
};

static int ranks_ascend(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    return x->made != y->made ? (x->made < y->made ? -1 : 1)
                              : (x->at > y->at) - (x->at < y->at);
}

// a tree that is a heap: the winner of each match goes up
struct tournament {
    struct rank *nodes;
    size_t n_leaves;
};

static struct rank winner(const struct tournament *t, size_t k)
{
    const struct rank *both = &t->nodes[2 * k];
    return ranks_ascend(&both[0], &both[1]) <= 0 ? both[0] : both[1];
}

// up to the first match that ends as before
static void play(struct tournament *t, size_t leaf, struct rank rank)
{
    size_t k = t->n_leaves + leaf;
    t->nodes[k] = rank;
    for (k /= 2; k > 0; k /= 2) {
        const struct rank was = t->nodes[k], is = winner(t, k);
        if (was.made == is.made && was.at == is.at)
            return;
        t->nodes[k] = is;
    }
}

RIGHT(bpe_encode, join_by_tournament, "a tournament tree over the places")
bool join_by_tournament(uint32_t *out, size_t *n_out, const uint32_t *ids,
                        const uint64_t *keys, const uint32_t *made, size_t n_ids,
                        size_t n_merges)
{
    struct tournament tree = {NULL, 1};
    struct list l = {malloc((n_ids + 1) * 4), malloc((n_ids + 1) * sizeof(size_t)),
                     malloc((n_ids + 1) * sizeof(size_t)), n_ids};
    while (tree.n_leaves < n_ids)
        tree.n_leaves *= 2;
    tree.nodes = malloc(2 * tree.n_leaves * sizeof *tree.nodes);
    const struct rank none = {UINT32_MAX, SIZE_MAX};
    for (size_t k = 0; k < 2 * tree.n_leaves; k++)
        tree.nodes[k] = none;
    for (size_t t = 0; t < n_ids; t++)
        l.ids[t] = ids[t], l.after[t] = t + 1, l.before[t] = t == 0 ? n_ids : t - 1;
    for (size_t t = 0; t < n_ids; t++) {
        const size_t k = rule_of(&l, t, keys, n_merges);
        if (k != SIZE_MAX)
            tree.nodes[tree.n_leaves + t] = (struct rank){made[k], t};
    }
    for (size_t k = tree.n_leaves - 1; k > 0; k--)
        tree.nodes[k] = winner(&tree, k);
    while (n_ids > 0 && tree.nodes[1].at != SIZE_MAX) {
        const size_t at = tree.nodes[1].at, gone = l.after[at];
        l.ids[at] = tree.nodes[1].made;
        l.after[at] = l.after[gone];
        if (l.after[at] < n_ids)
            l.before[l.after[at]] = at;
        play(&tree, gone, none);
        const size_t both[2] = {at, l.before[at]};
        for (size_t i = 0; i < 2 && both[i] < n_ids; i++) {
            const size_t k = rule_of(&l, both[i], keys, n_merges);
            play(&tree, both[i], k == SIZE_MAX ? none : (struct rank){made[k], both[i]});
        }
    }
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t = l.after[t])
        out[n++] = l.ids[t];
    *n_out = n;
    free(l.ids), free(l.after), free(l.before), free(tree.nodes);
    return true;
}

static void sift_up(struct rank *heap, size_t k)
{
    for (; k > 1 && ranks_ascend(&heap[k], &heap[k / 2]) < 0; k /= 2) {
        const struct rank other = heap[k];
        heap[k] = heap[k / 2], heap[k / 2] = other;
    }
}

static struct rank take_first(struct rank *heap, size_t *n)
{
    const struct rank top = heap[1];
    heap[1] = heap[(*n)--];
    for (size_t k = 1, c = 2; c <= *n; k = c, c *= 2) {
        c += c < *n && ranks_ascend(&heap[c + 1], &heap[c]) < 0;
        if (ranks_ascend(&heap[k], &heap[c]) <= 0)
            break;
        const struct rank other = heap[k];
        heap[k] = heap[c], heap[c] = other;
    }
    return top;
}

RIGHT(bpe_encode, join_in_out, "the pieces live in out; an offer is looked up again")
bool join_in_out(uint32_t *out, size_t *n_out, const uint32_t *ids, const uint64_t *keys,
                 const uint32_t *made, size_t n_ids, size_t n_merges)
{
    struct list l = {out, calloc(2 * n_ids + 2, sizeof(size_t)), NULL, n_ids};
    struct rank *heap = calloc(3 * n_ids + 2, sizeof *heap);
    bool *gone = calloc(n_ids + 1, 1);
    size_t n = 0, n_left = 0;
    l.before = l.after + n_ids + 1;
    for (size_t t = 0; t < n_ids; t++)
        out[t] = ids[t], l.after[t] = t + 1, l.before[t] = t - 1;
    for (size_t t = 0; t < n_ids; t++) {
        const size_t k = rule_of(&l, t, keys, n_merges);
        if (k != SIZE_MAX) {
            heap[++n] = (struct rank){made[k], t};
            sift_up(heap, n);
        }
    }
    while (n > 0) {
        const struct rank top = take_first(heap, &n);
        const size_t k = gone[top.at] ? SIZE_MAX : rule_of(&l, top.at, keys, n_merges);
        if (k == SIZE_MAX || made[k] != top.made)
            continue;
        const size_t right = l.after[top.at];
        gone[right] = true;
        out[top.at] = top.made;
        l.after[top.at] = l.after[right];
        l.before[l.after[right]] = top.at;
        for (int side = 0; side < 2 && (side == 0 || top.at > 0); side++) {
            const size_t at = side == 0 ? top.at : l.before[top.at];
            const size_t next = rule_of(&l, at, keys, n_merges);
            if (next != SIZE_MAX) {
                heap[++n] = (struct rank){made[next], at};
                sift_up(heap, n);
            }
        }
    }
    for (size_t t = 0; t < n_ids; t = l.after[t])
        out[n_left++] = out[t];
    *n_out = n_left;
    free(l.after), free(heap), free(gone);
    return true;
}

// ----------------------------------------------------------------------- 11.5 bpe_decode

RIGHT(bpe_decode, decode_with_memcpy, "lengths first, then memcpy piece by piece")
bool decode_with_memcpy(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                        const unsigned char *pieces, const size_t *starts, size_t n_ids,
                        size_t vocab_size, size_t room)
{
    size_t n = 0;
    for (const uint32_t *id = ids; id < ids + n_ids; id++) {
        if (!(*id < vocab_size))
            return false;
        n += starts[(size_t)*id + 1] - starts[*id];
    }
    if (n > room)
        return false;
    *n_bytes = n;
    for (size_t t = 0; t < n_ids; t++) {
        const size_t length = starts[(size_t)ids[t] + 1] - starts[ids[t]];
        if (length > 0)
            memcpy(text, pieces + starts[ids[t]], length);
        text += length;
    }
    return true;
}

RIGHT(bpe_decode, decode_backwards, "from the last piece to the first")
bool decode_backwards(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                      const unsigned char *pieces, const size_t *starts, size_t n_ids,
                      size_t vocab_size, size_t room)
{
    size_t n = 0, t = 0;
    while (t < n_ids && ids[t] < vocab_size && n <= room)
        n += starts[ids[t] + (size_t)1] - starts[ids[t]], t++;
    if (t < n_ids || n > room)
        return false;
    n_bytes[0] = n;
    while (t-- > 0)
        for (size_t k = starts[ids[t] + (size_t)1]; k-- > starts[ids[t]];)
            text[--n] = pieces[k];
    return true;
}

RIGHT(bpe_decode, decode_in_memory, "the text is put together in memory of its own first")
bool decode_in_memory(unsigned char *text, size_t *n_bytes, const uint32_t *ids,
                      const unsigned char *pieces, const size_t *starts, size_t n_ids,
                      size_t vocab_size, size_t room)
{
    unsigned char *whole = malloc(room + 1);
    size_t n = 0;
    for (size_t t = 0; t < n_ids; t++) {
        const size_t v = ids[t];
        if (v >= vocab_size || starts[v + 1] - starts[v] > room - n) {
            free(whole);
            return false;
        }
        memcpy(whole + n, pieces + starts[v], starts[v + 1] - starts[v]);
        n += starts[v + 1] - starts[v];
    }
    for (size_t k = 0; k < n; k++)
        text[k] = whole[k];
    free(whole);
    *n_bytes = n;
    return true;
}
