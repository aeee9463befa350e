// Tests of chapter 12, gpt2. A suite is a function, a test one thing that can be wrong.
#include "12_gpt2.h"
#include "judge.h"

#include "calls/12_gpt2.h"

#include <float.h>
#include <math.h>
#include <string.h>

JUDGE_CHAPTER(12);

static uint64_t random_wide(void)
{
    return (uint64_t)judge_random() << 32 | judge_random();
}

// ---- 12.1 safetensors_header ----------------------------------------------------------

enum { MOST = 100000000 };

// the first nine bytes of a file, or as many as it has, with `sign` behind the length
static const uint8_t *start_of(uint64_t length, uint8_t sign, uint64_t file_size)
{
    uint8_t bytes[9];
    for (size_t k = 0; k < 8; k++)
        bytes[k] = (uint8_t)(length >> 8 * k);
    bytes[8] = sign;
    return bytes_in(bytes, file_size < 9 ? (size_t)file_size : 9);
}

static void try_start(uint64_t length, uint64_t file_size)
{
    fresh_case();
    const uint64_t old = random_wide();
    judge_case("The file has %llu bytes.", (unsigned long long)file_size);
    const uint8_t *start = start_of(length, '{', file_size);
    uint64_t *got = bytes_inout(&old, sizeof old);
    expect_accepted(CALL(safetensors_header, got, start, file_size), got);
    expect_number("*length", (double)*got, (double)length, 0);
}

static void refuse_start(uint64_t length, uint8_t sign, uint64_t file_size,
                         const char *why)
{
    fresh_case();
    const uint64_t old = random_wide();
    judge_case("The file has %llu bytes, and the length is %llu.",
               (unsigned long long)file_size, (unsigned long long)length);
    const uint8_t *start = start_of(length, sign, file_size);
    uint64_t *got = bytes_inout(&old, sizeof old);
    expect_refused(CALL(safetensors_header, got, start, file_size), got, why);
}

// A short length first: whoever reads from the wrong end goes wrong there already.
static void try_random_start(void)
{
    const uint64_t few = random_between(2, 250);
    try_start(few, 8 + few);
    const uint64_t length = random_between(2, MOST);
    try_start(length, 8 + length + random_between(0, 1000000));
}

Test(safetensors_header, worked_example)
{
    try_start(10, 20);
    for (int k = 0; k < 3; k++) {
        const uint64_t length = random_between(2, 250);
        try_start(length, 8 + length + random_between(1, 40));
    }
    judge_passed();
}

Test(safetensors_header, random_lengths)
{
    for (int k = 0; k < 12; k++)
        try_random_start();
    for (int bits = 8; bits < 27; bits += 3) { // each byte alone, and the bytes above 127
        const uint64_t length = (uint64_t)1 << bits;
        try_start(length + random_between(0, 1), 2 * length + 10);
        try_start(length - 1, length + 7 + random_between(0, 9));
    }
    judge_passed();
}

Test(safetensors_header, limits)
{
    try_random_start();
    try_start(2, random_between(11, 5000));
    try_start(2, 10);
    try_start(MOST, (uint64_t)MOST + 8);
    try_start(MOST - random_between(1, 9), (uint64_t)MOST + 8);
    refuse_start(0, '{', 100, "the length is 0, and the shortest header has 2 bytes");
    refuse_start(1, '{', 100, "the length is 1, and the shortest header has 2 bytes");
    refuse_start(MOST + 1, '{', (uint64_t)MOST * 10, "the length is over 100,000,000");
    refuse_start(random_between(MOST + 2, 2 * (size_t)MOST), '{', (uint64_t)MOST * 10,
                 "the length is over 100,000,000");
    judge_passed();
}

// The largest lengths wrap around where something is added to them, or are cut where they are
// kept in 32 bits.
Test(safetensors_header, longer_than_the_file)
{
    // read from the wrong end it is 10
    refuse_start((uint64_t)10 << 56, '{', 1000, "the length is beyond 2^32");
    try_random_start();
    refuse_start(((uint64_t)1 << 63) + 10, '{', 1000, "the length is beyond 2^63");
    for (int k = 0; k < 4; k++) {
        const uint64_t length = random_between(2, 100000);
        try_start(length, length + 8); // nothing is left for data
        refuse_start(length, '{', length + 7, "the file ends one byte before the header");
        refuse_start(length, '{', 9 + length / 2, "the file ends within the header");
    }
    refuse_start(2, '{', 9, "the file ends one byte before the header");
    for (uint64_t k = 0; k < 12; k++)
        refuse_start(UINT64_MAX - k, '{', 20 + random_between(0, 9),
                     "the length is near 2^64");
    for (int bits = 32; bits < 64; bits += 5)
        refuse_start(((uint64_t)1 << bits) + 10, '{', 1000, "the length is beyond 2^32");
    refuse_start(((uint64_t)1 << 32) + 10, '{', (uint64_t)1 << 40,
                 "the length is beyond 2^32");
    judge_passed();
}

Test(safetensors_header, short_files)
{
    try_random_start();
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_start(2, 10);
        for (uint64_t size = 0; size < 10; size++)
            refuse_start(random_between(2, 40), '{', size,
                         size < 8 ? "the file has fewer than 8 bytes"
                                  : "the file ends before the header");
    }
    try_random_start();
    judge_passed();
}

Test(safetensors_header, first_sign)
{
    try_random_start();
    const uint8_t signs[] = {'[', ' ', '}', '"', 0, 255, '\n', '{' ^ 32, '{' | 128};
    for (size_t k = 0; k < sizeof signs; k++)
        refuse_start(random_between(2, 90), signs[k], 100,
                     "the header does not begin with {");
    try_random_start();
    judge_passed();
}

// The largest files that there are.
Test(safetensors_header, large_files)
{
    for (int bits = 31; bits < 64; bits += 4)
        try_start(random_between(2, MOST), ((uint64_t)1 << bits) + random_between(0, 99));
    try_start(random_between(2, MOST), UINT64_MAX - random_between(0, 9));
    try_start(random_between(2, MOST), ((uint64_t)1 << 32) + random_between(0, 7));
    judge_passed();
}

// ---- 12.2 safetensors_tensor ----------------------------------------------------------

struct place {
    uint64_t taken, begin, end, item_size, data_size;
    const uint64_t *shape;
    size_t n_dims;
};

static bool call_tensor(uint64_t **got, const struct place *p)
{
    fresh_case();
    const uint64_t *shape = bytes_in(p->shape, p->n_dims * sizeof *shape);
    *got = bytes_inout(&p->taken, sizeof p->taken);
    judge_case("*taken was %llu.", (unsigned long long)p->taken);
    return CALL(safetensors_tensor, *got, shape, p->begin, p->end, p->n_dims,
                p->item_size, p->data_size);
}

static void try_place(const struct place *p)
{
    uint64_t *got;
    const bool accepted = call_tensor(&got, p);
    if (p->end == p->taken) { // then *taken stays as it is in any case
        expect(accepted, "safetensors_tensor must return true: the tensor is empty, and "
                         "lies where the one before ended.");
        expect(*got == p->end, "*taken must be the tensor's end.");
        return;
    }
    expect_accepted(accepted, got);
    expect_number("*taken", (double)*got, (double)p->end, 0);
    expect(*got == p->end, "*taken must be the tensor's end, to the last digit.");
}

static void refuse_place(const struct place *p, const char *why)
{
    uint64_t *got;
    const bool accepted = call_tensor(&got, p);
    expect_refused(accepted, got, why);
}

static uint64_t product_of(const uint64_t *shape, size_t n_dims)
{
    uint64_t product = 1;
    for (size_t k = 0; k < n_dims; k++)
        product *= shape[k];
    return product;
}

// a good tensor of n_dims dimensions, somewhere in the data
static struct place draw_place(size_t n_dims)
{
    uint64_t *shape = (uint64_t *)judge_doubles(n_dims + 1);
    for (size_t k = 0; k < n_dims; k++)
        shape[k] = random_between(2, 6);
    struct place p = {.shape = shape, .n_dims = n_dims};
    p.item_size = (uint64_t)1 << random_between(0, 3);
    p.taken = p.begin = random_between(1, 100000);
    p.end = p.begin + product_of(shape, n_dims) * p.item_size;
    p.data_size = p.end + random_between(0, 100000);
    return p;
}

static void try_random_place(void)
{
    const struct place p = draw_place(random_between(1, 4));
    try_place(&p);
}

Test(safetensors_tensor, worked_example)
{
    const uint64_t shape[] = {3, 5};
    const struct place p = {40, 40, 100, 4, 100, shape, 2};
    try_place(&p);
    struct place hole = p;
    hole.taken = 36;
    refuse_place(&hole, "*taken is 36 and begin is 40: there is a hole of four bytes");
    try_random_place();
    judge_passed();
}

Test(safetensors_tensor, random_shapes)
{
    for (size_t n_dims = 1; n_dims < 9; n_dims++)
        for (int k = 0; k < 2; k++) {
            const struct place p = draw_place(n_dims);
            try_place(&p);
        }
    for (uint64_t bytes = 1; bytes <= 8; bytes++) { // of any size of a number
        struct place p = draw_place(2);
        ((uint64_t *)p.shape)[bytes % 2] = bytes < 5 ? 1 : 7;
        p.item_size = bytes;
        p.end = p.begin + product_of(p.shape, 2) * bytes;
        p.data_size = p.end + random_between(0, 99);
        try_place(&p);
    }
    for (int k = 0; k < 4; k++) { // at the very beginning, and up to the very end
        struct place p = draw_place(2);
        p.end -= p.begin, p.taken = p.begin = 0;
        try_place(&p);
        p.data_size = p.end;
        try_place(&p);
    }
    judge_passed();
}

// Bytes in one row, for who goes wrong with more: that function is written.
static void try_plain_place(void)
{
    struct place p = draw_place(1);
    p.item_size = 1;
    p.end = p.begin + p.shape[0];
    try_place(&p);
}

Test(safetensors_tensor, overlaps_and_holes)
{
    try_plain_place();
    for (int k = 0; k < 6; k++) {
        struct place p = draw_place(random_between(1, 3));
        const uint64_t taken = p.taken, step = k < 2 ? 1 : random_between(1, taken);
        p.taken = taken + step;
        refuse_place(&p, "the tensor begins before the last one ended");
        p.taken = taken - step;
        refuse_place(&p, "there is a hole before the tensor");
    }
    struct place p = draw_place(2);
    p.taken = p.end;
    refuse_place(&p, "the tensor lies where the last one lay");
    p.taken = UINT64_MAX;
    refuse_place(&p, "the tensor begins before the last one ended");
    p.taken = p.begin + ((uint64_t)1 << 32);
    refuse_place(&p, "the tensor begins before the last one ended");
    try_plain_place();
    judge_passed();
}

// 2^63 and more is below 0 where a number has a sign, and a place may be there.
static void try_far_away(void)
{
    struct place p = draw_place(2);
    const uint64_t size = p.end - p.begin;
    p.begin = p.taken = ((uint64_t)1 << 63) - random_between(1, (size_t)size - 1);
    p.end = p.begin + size, p.data_size = UINT64_MAX - random_between(0, 9);
    try_place(&p);
    p.taken++; // a double does not tell the two apart
    refuse_place(&p, "the tensor begins before the last one ended");
    p.taken--;
    p.data_size = p.end - 1;
    refuse_place(&p, "the tensor ends one byte behind the data");
    p.data_size = random_between(0, 1000000);
    refuse_place(&p, "the tensor lies behind the data");
    p.begin = p.taken = p.begin + size, p.end = p.begin + size;
    refuse_place(&p, "the tensor lies behind the data");
}

Test(safetensors_tensor, out_of_the_data)
{
    try_random_place();
    for (int k = 0; k < 4; k++) {
        struct place p = draw_place(random_between(1, 3));
        p.data_size = p.end - 1;
        refuse_place(&p, "the tensor ends one byte behind the data");
        p.data_size = p.begin;
        refuse_place(&p, "the tensor begins where the data ends");
        p.data_size = random_between(0, p.begin - 1);
        refuse_place(&p, "the tensor lies behind the data");
    }
    struct place p = draw_place(2);
    const uint64_t size = p.end - p.begin;
    p.begin = p.taken = UINT64_MAX - size + 1, p.end = 0; // end wraps around
    refuse_place(&p, "the tensor ends before it begins");
    p.begin = p.taken = size, p.end = 0;
    refuse_place(&p, "the tensor ends before it begins");
    for (int k = 0; k < 3; k++)
        try_far_away();
    try_random_place();
    judge_passed();
}

Test(safetensors_tensor, wrong_number_of_bytes)
{
    try_random_place();
    for (int k = 0; k < 6; k++) {
        struct place p = draw_place(random_between(1, 4));
        p.data_size = p.end + 100000;
        const uint64_t end = p.end, few = random_between(1, (size_t)(end - p.begin) - 1);
        p.end = end + (k < 2 ? 1 : random_between(1, 999));
        refuse_place(&p, "the shape needs fewer bytes than begin and end say");
        p.end = end - (k < 2 ? 1 : few);
        refuse_place(&p, "the shape needs more bytes than begin and end say");
        p.end = end + ((uint64_t)1 << 32), p.data_size = p.end + 9;
        refuse_place(&p, "begin and end say 2^32 bytes more than the shape needs");
        p.end = p.begin;
        refuse_place(&p, "the shape needs bytes, and begin is end");
    }
    struct place p = draw_place(2); // as many numbers as there are bytes
    p.item_size = 4;
    p.end = p.begin + product_of(p.shape, 2), p.data_size = p.end + 9;
    refuse_place(&p, "each number needs four bytes");
    p.end = p.begin + p.shape[0] * 4, p.data_size = p.end + 9;
    refuse_place(&p, "the second dimension counts too");
    try_random_place();
    judge_passed();
}

static void refuse_huge(const uint64_t *shape, size_t n_dims, uint64_t item_size,
                        uint64_t bytes)
{
    struct place p = draw_place(1);
    p.shape = shape, p.n_dims = n_dims, p.item_size = item_size;
    p.end = p.begin + bytes, p.data_size = p.end + random_between(0, 9);
    refuse_place(&p, "the shape needs 2^64 bytes or more");
}

// What is left of each product in 64 bits is just what begin and end say.
Test(safetensors_tensor, products_that_overflow)
{
    try_random_place();
    const uint64_t two = (uint64_t)1 << 32, odd = 2 * random_between(1000, 9999) + 1;
    refuse_huge((uint64_t[]){two, two}, 2, 1, 0);
    refuse_huge((uint64_t[]){two, two / 4}, 2, 4, 0); // only the last factor does it
    refuse_huge((uint64_t[]){(uint64_t)1 << 61}, 1, 8, 0);
    refuse_huge((uint64_t[]){((uint64_t)1 << 62) + odd}, 1, 4, 4 * odd);
    refuse_huge((uint64_t[]){two, two, 0}, 3, 1, 0); // a 0 comes too late
    refuse_huge((uint64_t[]){UINT64_MAX, UINT64_MAX}, 2, 1, 1);
    refuse_huge((uint64_t[]){3, 0x5555555555555556u}, 2, 1, 2);
    refuse_huge((uint64_t[]){0x5555555555555556u, 3}, 2, 2, 4);
    refuse_huge((uint64_t[]){two + 1, two + odd}, 2, 1, ((odd + 1) << 32) + odd);
    refuse_huge((uint64_t[]){two, 2, two / 2, 5, 7}, 5, 2, 0);
    // as large as it gets
    const struct place last = {0, 0, UINT64_MAX, 1, UINT64_MAX, (uint64_t[]){UINT64_MAX},
                               1};
    try_place(&last);
    struct place factors = last;
    factors.shape = (uint64_t[]){3, 0x5555555555555555u}, factors.n_dims = 2;
    try_place(&factors);
    struct place far = draw_place(3);
    far.end += (uint64_t)1 << 63, far.begin += (uint64_t)1 << 63, far.taken = far.begin;
    far.data_size = UINT64_MAX - random_between(0, 9);
    try_place(&far);
    far.data_size = far.end - 1;
    refuse_place(&far, "the tensor ends one byte behind the data");
    // products beyond 2^32 and 2^53 that are good
    for (int k = 0; k < 6; k++) {
        struct place p = draw_place(2);
        const uint64_t shape[2] = {((uint64_t)1 << (16 + 3 * k)) + random_between(0, 99),
                                   ((uint64_t)1 << 20) + random_between(0, 99)};
        p.shape = shape, p.item_size = 8;
        p.end = p.begin + shape[0] * shape[1] * 8, p.data_size = p.end;
        try_place(&p);
        p.end++, p.data_size++;
        refuse_place(&p, "there is one byte more than the shape needs");
    }
    judge_passed();
}

Test(safetensors_tensor, zeros_and_single_numbers)
{
    struct place p = draw_place(0);
    try_place(&p); // a shape without dimensions is one number
    p.end = p.begin;
    refuse_place(&p, "a shape without dimensions is one number, not none");
    for (int k = 0; k < 6; k++) {
        p = draw_place(3);
        uint64_t *shape = (uint64_t *)p.shape;
        shape[k % 3] = 0;
        if (k > 2)
            shape[(k + 1) % 3 > k % 3 ? (k + 1) % 3 : 0] = k == 5 ? 0 : (uint64_t)1 << 40;
        if (k == 5) // a large number behind the 0
            shape[2] = (uint64_t)1 << 60;
        p.end = p.begin;
        p.data_size = k == 1 ? p.end : p.end + random_between(0, 50);
        try_place(&p);
        const struct place good = p;
        p.end++, p.data_size++;
        refuse_place(&p, "an empty tensor has no bytes");
        p = good,
        p.taken = k % 2 == 0 ? p.begin + 1 : p.begin - 1; // it has a place all the same
        refuse_place(&p, "the tensor does not begin where the last one ended");
        p = good, p.data_size = p.end - 1;
        refuse_place(&p, "the tensor lies behind the data");
    }
    p = draw_place(0); // in this order the product is 0 before the size comes
    p.shape = (uint64_t[]){(uint64_t)1 << 62, 0, UINT64_MAX}, p.n_dims = 3;
    p.item_size = 8, p.end = p.begin;
    try_place(&p);
    try_random_place();
    judge_passed();
}

Test(safetensors_tensor, many_dimensions)
{
    for (int k = 0; k < 2; k++) {
        struct place p = draw_place(100003);
        uint64_t *shape = (uint64_t *)p.shape;
        for (size_t n = 0; n < p.n_dims; n++)
            shape[n] = 1;
        shape[random_between(0, 99)] = 3;
        shape[random_between(5000, 50000)] = random_between(2, 99);
        shape[p.n_dims - 1] = 5;
        p.end = p.begin + product_of(shape, p.n_dims) * p.item_size;
        p.data_size = p.end + random_between(0, 9);
        try_place(&p);
        shape[p.n_dims - 1] = 4;
        refuse_place(&p, "the last dimension is one less");
    }
    judge_passed();
}

// ---- 12.3 to_float --------------------------------------------------------------------

struct format {
    size_t e, m;
};

static const struct format float32 = {8, 23}, half = {5, 10}, brain = {8, 7};

static size_t width_of(struct format f)
{
    return (1 + f.e + f.m) / 8;
}

static double value_of(uint32_t bits, struct format f)
{
    const uint32_t most = (1u << f.e) - 1, e = bits >> f.m & most;
    const double m = (double)(bits & ((1u << f.m) - 1));
    const int bias = (int)(most / 2), M = (int)f.m;
    const double size = e == most ? (m > 0 ? (double)NAN : (double)INFINITY)
                        : e == 0  ? ldexp(m, 1 - bias - M)
                                  : ldexp((double)(1u << f.m) + m, (int)e - bias - M);
    return bits >> (f.e + f.m) ? -size : size;
}

static void try_bits(const uint32_t *bits, size_t n, struct format f)
{
    const size_t w = width_of(f);
    uint8_t *values = (uint8_t *)judge_ids(n * w / 4 + 1);
    double *wanted = judge_doubles(n);
    for (size_t k = 0; k < n; k++) {
        wanted[k] = value_of(bits[k], f);
        for (size_t j = 0; j < w; j++)
            values[k * w + j] = (uint8_t)(bits[k] >> 8 * j);
    }
    fresh_case();
    const uint8_t *bytes = bytes_in(values, n * w);
    float *out = floats_out(n);
    if (n <= 4)
        judge_case("The first number's bits are 0x%0*x.", (int)(2 * w),
                   (unsigned)bits[0]);
    expect_accepted(CALL(to_float, out, bytes, n, f.e, f.m), out);
    expect_floats(out, wanted, NULL, n, 1);
    for (size_t k = 0; k < n; k++)
        if (!isnan(wanted[k]) && !signbit(out[k]) != !signbit(wanted[k]))
            expect(false, "out[%zu] has the wrong sign: the sign of a 0 stays.", k);
}

// any bits of a format but those of the largest and the smallest exponent
static uint32_t draw_bits(struct format f)
{
    const uint32_t e = (uint32_t)random_between(1, (1u << f.e) - 2);
    const uint32_t sign = judge_random() & 1;
    return sign << (f.e + f.m) | e << f.m | (judge_random() & ((1u << f.m) - 1));
}

static void try_drawn_bits(size_t n, struct format f)
{
    uint32_t *bits = judge_ids(n);
    for (size_t k = 0; k < n; k++)
        bits[k] = draw_bits(f);
    try_bits(bits, n, f);
}

// twice in the same place
static void try_random_bits(size_t n, struct format f)
{
    try_drawn_bits(n, f);
    try_drawn_bits(n, f);
}

Test(to_float, worked_example)
{
    for (size_t k = 0; k < 4; k++) {
        const uint32_t bits[] = {0x3e00, 0xc400, 0x0001, 0x7c00};
        try_bits(bits + k, 1, half);
    }
    try_random_bits(4, half);
    judge_passed();
}

Test(to_float, random_half)
{
    for (int k = 0; k < 6; k++)
        try_random_bits(random_between(1, 40), half);
    judge_passed();
}

Test(to_float, random_brain)
{
    for (int k = 0; k < 6; k++)
        try_random_bits(random_between(1, 40), brain);
    judge_passed();
}

Test(to_float, random_float32)
{
    for (int k = 0; k < 6; k++)
        try_random_bits(random_between(1, 40), float32);
    judge_passed();
}

// every number of each format whose exponent is 0, or a good sample of them
Test(to_float, subnormals)
{
    const struct format formats[] = {half, brain, float32};
    for (size_t f = 0; f < 3; f++) {
        const uint32_t sign = 1u << (formats[f].e + formats[f].m);
        const uint32_t one = 1u << formats[f].m;
        uint32_t *bits = judge_ids(40);
        for (size_t k = 0; k < 40; k++)
            bits[k] = (judge_random() % (one - 1) + 1) | (k % 2 ? sign : 0);
        bits[1] = 1, bits[2] = sign | 1, bits[3] = one - 1, bits[4] = sign | (one - 1);
        bits[5] = one, bits[6] = one + 1; // the smallest that are normal
        try_bits(bits, 40, formats[f]);
    }
    judge_passed();
}

Test(to_float, infinities_and_nan)
{
    const struct format formats[] = {half, brain, float32};
    for (size_t f = 0; f < 3; f++) {
        const uint32_t sign = 1u << (formats[f].e + formats[f].m);
        const uint32_t top = sign - (1u << formats[f].m), most = (1u << formats[f].m) - 1;
        const uint32_t bits[] = {draw_bits(formats[f]),
                                 top,
                                 top | sign,
                                 top | 1,
                                 top | sign | 1,
                                 top | most,
                                 top | (most + 1) / 2,
                                 top | (judge_random() % most + 1),
                                 top - 1, // the largest number
                                 (top - 1) | sign,
                                 draw_bits(formats[f])};
        try_bits(bits, sizeof bits / sizeof *bits, formats[f]);
    }
    judge_passed();
}

Test(to_float, signs_of_zeros)
{
    const struct format formats[] = {half, brain, float32};
    for (size_t f = 0; f < 3; f++) {
        const uint32_t sign = 1u << (formats[f].e + formats[f].m);
        const uint32_t bits[] = {draw_bits(formats[f]), sign, 0, sign,
                                 draw_bits(formats[f])};
        try_bits(bits, 5, formats[f]);
    }
    judge_passed();
}

// All 65,536 of both formats, in an order that was drawn.
Test(to_float, all_of_16_bits)
{
    const struct format formats[] = {half, brain};
    for (size_t f = 0; f < 2; f++) {
        uint32_t *bits = judge_ids(65536), step = 2 * (judge_random() % 32768) + 1;
        const uint32_t first = judge_random();
        for (uint32_t k = 0; k < 65536; k++)
            bits[k] = (first + k * step) & 65535;
        try_bits(bits, 65536, formats[f]);
    }
    judge_passed();
}

static void refuse_format(size_t n, size_t e, size_t m)
{
    uint8_t values[64];
    for (size_t k = 0; k < sizeof values; k++)
        values[k] = (uint8_t)judge_random();
    fresh_case();
    const uint8_t *bytes = bytes_in(values, sizeof values);
    float *out = floats_inout(normals(4), 4);
    expect_refused(CALL(to_float, out, bytes, n, e, m), out,
                   "the format is none of (8, 23), (5, 10) and (8, 7)");
}

Test(to_float, refuses_other_formats)
{
    try_random_bits(3, half);
    const size_t wrapped = (size_t)UINT32_MAX + 1; // 0 in 32 bits
    const size_t bad[][2] = {{5, 2},
                             {4, 3},
                             {11, 52},
                             {0, 0},
                             {8, 10},
                             {5, 23},
                             {5, 7},
                             {23, 8},
                             {10, 5},
                             {7, 8},
                             {8, 8},
                             {6, 9},
                             {8, 22},
                             {9, 22},
                             {31, 0},
                             {0, 15},
                             {8, 0},
                             {(size_t)-1, 16},
                             {264, 23},
                             {5, 266},
                             {8, 65543},
                             {wrapped + 8, 23},
                             {5, wrapped + 10},
                             {wrapped + 8, wrapped + 7}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        refuse_format(4, bad[k][0], bad[k][1]);
    for (size_t k = 0; k < 4; k++) // also where there are no numbers
        refuse_format(0, bad[k][0], bad[k][1]);
    try_random_bits(random_between(1, 9), brain);
    judge_passed();
}

Test(to_float, nothing_to_do)
{
    try_random_bits(3, float32);
    const struct format formats[] = {half, brain, float32};
    for (size_t f = 0; f < 3; f++) {
        fresh_case();
        const uint8_t *bytes = bytes_in("abcdefgh", 8);
        float *out = floats_out(2);
        expect(CALL(to_float, out, bytes, 0, formats[f].e, formats[f].m),
               "to_float must return true for no numbers: there is nothing to do.");
        expect(is_untouched(out), "to_float wrote a number, and there are none.");
    }
    try_random_bits(random_between(1, 9), half);
    judge_passed();
}

Test(to_float, large_sizes)
{
    try_drawn_bits(70001, half);
    try_drawn_bits(70003, float32);
    for (size_t n = 17; n < 25; n++) { // what a block of any size leaves over
        try_drawn_bits(n, half);
        try_drawn_bits(n, brain);
        try_drawn_bits(n, float32);
    }
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_drawn_bits(5, half);
        try_drawn_bits(7, brain);
        try_drawn_bits(3, float32);
    }
    judge_passed();
}

// ---- 12.4 row_norms -------------------------------------------------------------------

static float *scaled(const float *values, size_t n, double scale)
{
    float *out = judge_floats(n);
    for (size_t k = 0; k < n; k++)
        out[k] = (float)((double)values[k] * scale);
    return out;
}

static void norms_of(double *norms, const float *rows, size_t n_rows, size_t d)
{
    for (size_t v = 0; v < n_rows; v++)
        norms[v] = sqrt(dot_product(rows + v * d, rows + v * d, d));
}

// A sum of d squares, none of them negative, in any order, and a root.
static void try_norms(const float *values, size_t n_rows, size_t d)
{
    double *wanted = judge_doubles(n_rows), *allowed = judge_doubles(n_rows);
    norms_of(wanted, values, n_rows, d);
    for (size_t v = 0; v < n_rows; v++)
        allowed[v] = isfinite(wanted[v]) ? wanted[v] * (double)(d + 2) * 0x1p-52 : 0;
    fresh_case();
    const float *table = floats_in(values, n_rows * d);
    double *norms = doubles_out(n_rows);
    expect_accepted(CALL(row_norms, norms, table, n_rows, d), norms);
    expect_doubles(norms, wanted, allowed, n_rows, 1);
}

static void try_random_norms(size_t n_rows, size_t d, double scale)
{
    for (int k = 0; k < 2; k++)
        try_norms(scaled(normals(n_rows * d), n_rows * d, scale), n_rows, d);
}

Test(row_norms, worked_example)
{
    const float table[] = {3, 4, 0, -2};
    try_random_norms(3, 5, 1);
    try_norms(table, 2, 2);
    try_random_norms(2, 2, 1);
    judge_passed();
}

Test(row_norms, random_rows)
{
    for (int draw = 0; draw < 6; draw++)
        try_random_norms(draw == 4 ? 1 : random_between(2, 12),
                         draw == 5 ? 1 : random_between(13, 40), 1);
    try_random_norms(11, 3, 1);
    try_norms(normals(3 * 32), 3, 32); // whole blocks, and one number less
    try_norms(normals(3 * 31), 3, 31);
    judge_passed();
}

Test(row_norms, small_and_large)
{
    const double scales[] = {1e-8, 1e-25, 1e-40, 1e10, 1e25, 1e38};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        try_random_norms(5, 7, scales[s]);
    for (int k = 0; k < 3; k++) { // one large number, and small ones that a float loses
        float *table = normals(2 * 200);
        table[random_between(0, 199)] = 4096;
        try_norms(table, 2, 200);
    }
    judge_passed();
}

Test(row_norms, rows_by_themselves)
{
    const float odd[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        float *table = normals(5 * 6);
        table[2 * k * 6 + random_between(0, 5)] = odd[k];
        for (size_t i = 0; i < 6; i++)
            table[6 + i] = i % 2 ? 0.0f : -0.0f;
        try_norms(table, 5, 6);
    }
    judge_passed();
}

Test(row_norms, large_sizes)
{
    try_norms(normals(70001 * 2), 70001, 2);
    try_norms(normals(3 * 70001), 3, 70001);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_norms(5, 7, 1);
    }
    judge_passed();
}

Test(row_norms, nothing_to_do)
{
    try_random_norms(3, 4, 1);
    fresh_case();
    const float *table = floats_in(normals(4), 4);
    double *norms = doubles_out(4);
    expect(CALL(row_norms, norms, table, 0, 4),
           "row_norms must return true for no rows: there is nothing to do.");
    expect(is_untouched(norms), "row_norms wrote a length, and there are no rows.");
    try_norms(normals(1), random_between(1, 5), 0);
    try_random_norms(random_between(2, 6), 4, 1);
    judge_passed();
}

// ---- 12.5 nearest_tokens --------------------------------------------------------------

static double cosine_between(const float *rows, const double *norms, size_t v, size_t w,
                             size_t d)
{
    if (norms[v] == 0 || norms[w] == 0)
        return 0;
    return dot_product(rows + v * d, rows + w * d, d) / (norms[v] * norms[w]);
}

// the nearest one, the next, ...: each the best of those that are not yet taken
static uint32_t *order_of(const float *rows, const double *norms, uint32_t token,
                          size_t n_top, size_t n_rows, size_t d)
{
    uint32_t *top = judge_ids(n_top);
    bool *is_taken = (bool *)judge_floats(n_rows / 4 + 1);
    double *cosines = judge_doubles(n_rows);
    for (size_t v = 0; v < n_rows; v++)
        cosines[v] = cosine_between(rows, norms, token, v, d);
    is_taken[token] = true;
    for (size_t k = 0; k < n_top; k++) {
        size_t best = n_rows;
        for (size_t v = 0; v < n_rows; v++)
            if (!is_taken[v] && (best == n_rows || cosines[v] > cosines[best]))
                best = v;
        is_taken[best] = true;
        top[k] = (uint32_t)best;
    }
    return top;
}

static void try_nearest(const float *rows, uint32_t token, size_t n_top, size_t n_rows,
                        size_t d)
{
    double *lengths = judge_doubles(n_rows);
    norms_of(lengths, rows, n_rows, d);
    const uint32_t *wanted = order_of(rows, lengths, token, n_top, n_rows, d);
    fresh_case();
    const float *table = floats_in(rows, n_rows * d);
    const double *norms = doubles_in(lengths, n_rows);
    uint32_t *top = ids_out(n_top);
    expect_accepted(CALL(nearest_tokens, top, table, norms, token, n_top, n_rows, d),
                    top);
    expect_ids(top, wanted, n_top);
}

// rows of many lengths, so that neither the dot product nor the distance gives the order
static float *draw_rows(size_t n_rows, size_t d)
{
    float *rows = normals(n_rows * d);
    for (size_t v = 0; v < n_rows; v++) {
        const float stretch = (float)exp(2 * random_normal());
        for (size_t i = 0; i < d; i++)
            rows[v * d + i] *= stretch;
    }
    return rows;
}

static void try_drawn_nearest(size_t n_top, size_t n_rows, size_t d)
{
    try_nearest(draw_rows(n_rows, d), (uint32_t)random_between(0, n_rows - 1), n_top,
                n_rows, d);
}

static void try_random_nearest(size_t n_top, size_t n_rows, size_t d)
{
    try_drawn_nearest(n_top, n_rows, d);
    try_drawn_nearest(n_top, n_rows, d);
}

Test(nearest_tokens, worked_example)
{
    const float rows[] = {1, 0, 0, 1, 2, 2, 3, 0};
    try_nearest(rows, 0, 2, 4, 2);
    try_random_nearest(3, 9, 2);
    try_random_nearest(2, 4, 2);
    judge_passed();
}

Test(nearest_tokens, random_rows)
{
    for (int draw = 0; draw < 6; draw++)
        try_random_nearest(random_between(1, 5), random_between(8, 30),
                           random_between(2, 20));
    for (size_t n = 17; n < 25; n++) // what a block of any size leaves over
        try_drawn_nearest(4, n, 2 * n - 15);
    for (size_t n = 15; n < 18; n++)
        try_drawn_nearest(n - 1, 2 * n, n);
    try_random_nearest(5, 6, 6);
    try_random_nearest(1, 2, 3);
    try_random_nearest(9, 10, 4); // all of them
    try_random_nearest(1, 20, 3);
    judge_passed();
}

// The token is the first one, the last one, and not the nearest to itself by accident: other
// rows point the same way, and are longer.
Test(nearest_tokens, not_itself)
{
    for (int k = 0; k < 6; k++) {
        const size_t n = random_between(6, 12), d = random_between(2, 6);
        float *rows = draw_rows(n, d);
        const size_t token = k < 2 ? 0 : k < 4 ? n - 1 : n / 2;
        const size_t twin = (token + 1 + random_between(0, n - 2)) % n;
        for (size_t i = 0; i < d && k % 2; i++)
            rows[twin * d + i] = 4 * rows[token * d + i];
        try_nearest(rows, (uint32_t)token, k == 0 ? 1 : 3, n, d);
    }
    judge_passed();
}

// More places than any array of a fixed size has: the first three rows point away,
// all others do not.
static void try_many_places(void)
{
    enum { N = 5003 };
    const uint32_t token = (uint32_t)random_between(9, N - 9);
    float *rows = judge_floats(N);
    uint32_t *wanted = judge_ids(N - 1);
    for (uint32_t v = 0; v < N; v++) {
        rows[v] = v > 2 ? 1 : -1;
        const uint32_t place = v > 2 ? v - 3 : N - 3 + v;
        if (v != token)
            wanted[place - (v < 3 || v > token)] = v;
    }
    fresh_case();
    const float *table = floats_in(rows, N);
    const double *norms = doubles_in(filled(N, 1), N);
    uint32_t *top = ids_out(N - 1);
    expect_accepted(CALL(nearest_tokens, top, table, norms, token, N - 1, N, 1), top);
    expect_ids(top, wanted, N - 1);
}

// Copies of a row, and copies times a power of 2, have one and the same cosine, to the bit.
Test(nearest_tokens, ties)
{
    for (int draw = 0; draw < 6; draw++) {
        const size_t n = random_between(9, 16), d = random_between(2, 5);
        float *rows = draw_rows(n, d);
        for (size_t v = 3; v < n; v++)
            if (judge_random() % 3 > 0) {
                const float scale = (float[]){1, 2, 0.5f, 8}[judge_random() % 4];
                for (size_t i = 0; i < d; i++)
                    rows[v * d + i] = scale * rows[v % 3 * d + i];
            }
        try_nearest(rows, (uint32_t)random_between(0, n - 1), draw < 3 ? n - 1 : 4, n, d);
    }
    for (size_t n_top = 1; n_top < 9; n_top++) { // equals on both sides of the last place
        float *rows = draw_rows(10, 3);
        for (size_t v = 2; v < 10; v++)
            memcpy(rows + 3 * v, rows + 3 * (v / 5), 3 * sizeof *rows);
        try_nearest(rows, (uint32_t)random_between(0, 9), n_top, 10, 3);
    }
    try_many_places();
    judge_passed();
}

// Rows that point away, and rows of length 0: their place is between the two kinds.
Test(nearest_tokens, rows_of_zeros)
{
    for (int draw = 0; draw < 6; draw++) {
        const size_t n = random_between(7, 12), d = random_between(2, 5);
        float *rows = draw_rows(n, d);
        const size_t token = random_between(0, n - 1), zero = (token + 2) % n;
        for (size_t i = 0; i < d; i++)
            rows[zero * d + i] = rows[(draw < 2 ? token : (zero + 3) % n) * d + i] = 0;
        try_nearest(rows, (uint32_t)token, draw % 2 ? n - 1 : 2, n, d);
    }
    for (int draw = 0; draw < 3; draw++) { // all point away
        float *rows = draw_rows(6, 3);
        for (size_t k = 0; k < 18; k++)
            rows[k] = k < 3 ? fabsf(rows[k]) : -fabsf(rows[k]);
        try_nearest(rows, 0, 3, 6, 3);
        for (size_t v = 1; v < 6; v++) // some of them straight away: a cosine of -1
            for (size_t i = 0; i < 3 && v % 2 == 1; i++)
                rows[3 * v + i] = -ldexpf(rows[i], (int)v - 3);
        try_nearest(rows, 0, 5, 6, 3);
    }
    judge_passed();
}

// Sums that a float does not hold, and rows whose lengths are far apart.
Test(nearest_tokens, in_double)
{
    for (int draw = 0; draw < 4; draw++) {
        float *rows = normals(8 * 3);
        for (size_t v = 1; v < 8; v++) {
            const double scale = draw % 2 ? pow(10, 6 * random_normal()) : 1;
            rows[v * 3] = (float)(scale * (5e7 + 5e3 * random_normal()));
            rows[v * 3 + 1] = (float)(-(double)rows[v * 3]);
            rows[v * 3 + 2] *= (float)scale;
        }
        rows[0] = rows[1] = 1, rows[2] = 1;
        try_nearest(rows, 0, 7, 8, 3);
    }
    for (int draw = 0; draw < 3; draw++) { // cosines that are 1 to eight digits
        float *rows = normals(9 * 5);
        for (size_t k = 0; k < 45; k++)
            rows[k] = (float)(k % 5 + 1) + 1e-4f * rows[k];
        try_nearest(rows, (uint32_t)random_between(0, 8), 8, 9, 5);
    }
    const float level[] = {1, 0, 0, 1, 1e-30f, 1, 1e-20f, 2, 0, 4}; // not quite
    try_nearest(level, 0, 4, 5, 2);
    const double scales[] = {1e-30, 3e-43, 1e30};
    for (size_t s = 0; s < 3; s++)
        try_nearest(scaled(normals(9 * 4), 36, scales[s]), 2, 5, 9, 4);
    judge_passed();
}

static void refuse_rows(uint32_t token, size_t n_top, size_t n_rows, size_t d,
                        const char *why)
{
    const size_t n = n_rows < 100 ? n_rows : 0;
    const float *rows = draw_rows(n, d);
    double *lengths = judge_doubles(n);
    norms_of(lengths, rows, n, d);
    fresh_case();
    const float *table = floats_in(rows, n * d);
    const double *norms = doubles_in(lengths, n);
    uint32_t *top = ids_inout(random_ids(n + 3, 9), n + 3);
    expect_refused(CALL(nearest_tokens, top, table, norms, token, n_top, n_rows, d), top,
                   why);
}

static void refuse_nearest(uint32_t token, size_t n_top, size_t n_rows, const char *why)
{
    refuse_rows(token, n_top, n_rows, 3, why);
}

Test(nearest_tokens, refuses)
{
    try_random_nearest(3, 8, 3);
    const size_t n = random_between(5, 9);
    refuse_nearest((uint32_t)n, 2, n,
                   "token is vocab_size, and the largest allowed is one less");
    refuse_nearest((uint32_t)n + 1, 0, n, "token is beyond vocab_size");
    refuse_nearest(0x80000000u, 0, n, "token is 2147483648");
    refuse_nearest(UINT32_MAX, 0, n, "token is 4294967295");
    refuse_nearest(1, (size_t)UINT32_MAX + 3, n, "there are only vocab_size - 1 others");
    refuse_nearest(1, SIZE_MAX, n, "there are only vocab_size - 1 other tokens");
    refuse_nearest(UINT32_MAX, 1, n, "token is 4294967295");
    refuse_nearest(0x80000000u, 1, n, "token is 2147483648");
    refuse_nearest(1, n, n, "there are only vocab_size - 1 other tokens");
    refuse_nearest(1, n + 1, n, "there are only vocab_size - 1 other tokens");
    refuse_nearest((uint32_t)n, n, n, "token is vocab_size");
    refuse_nearest(0, 0, 0, "there are no tokens at all");
    refuse_nearest(0, 1, 0, "there are no tokens at all");
    refuse_nearest(0, 1, 1, "there is no other token");
    refuse_rows((uint32_t)n, 2, n, 0, "token is vocab_size"); // rows of no numbers
    refuse_rows(1, n, n, 0, "there are only vocab_size - 1 other tokens");
    try_random_nearest(3, random_between(5, 9), 2);
    judge_passed();
}

Test(nearest_tokens, nothing_to_do)
{
    try_random_nearest(2, 6, 3);
    fresh_case();
    const float *table = floats_in(normals(12), 12);
    const double *norms = doubles_in((const double[]){1, 1, 1, 1}, 4);
    uint32_t *top = ids_out(4);
    expect(CALL(nearest_tokens, top, table, norms, 3, 0, 4, 3),
           "nearest_tokens must return true for n_top 0: there is nothing to do.");
    expect(is_untouched(top),
           "nearest_tokens wrote a neighbour, and none was asked for.");
    try_random_nearest(random_between(1, 4), 6, 1); // cosines of 1 and -1 alone
    try_nearest(normals(1), (uint32_t)random_between(0, 4), 3, 5, 0); // all are 0
    judge_passed();
}

Test(nearest_tokens, large_sizes)
{
    for (int draw = 0; draw < 2; draw++) { // the nearest are the last ones
        const size_t n = 70001, token = draw == 0 ? random_between(0, 999) : n - 1;
        float *rows = draw_rows(n, 3);
        for (size_t v = n - 4; v < n - 2; v++)
            for (size_t i = 0; i < 3; i++)
                rows[3 * v + i] = ldexpf(rows[3 * token + i], (int)(v % 7) - 3);
        try_nearest(rows, (uint32_t)token, 3, n, 3);
    }
    try_drawn_nearest(3, 5, 30011);
    try_drawn_nearest(1201, 1300, 3);
    for (int p = ENDS_AT_GUARD; p < N_PLACEMENTS; p++) {
        judge_placement((enum placement)p);
        try_random_nearest(3, 7, 4);
    }
    judge_passed();
}
