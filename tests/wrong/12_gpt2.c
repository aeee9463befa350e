// Wrong answers to the exercises of chapter 12, each as somebody really writes it.
//
// See tests/judge/answers.h: the test that must fail, the answer's name, and what the message
// must say. All of them are compiled together, beside the solution.
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- 12.1 safetensors_header

static inline uint64_t little(const uint8_t *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t k = n; k-- > 0;)
        value = value << 8 | bytes[k];
    return value;
}

WRONG(safetensors_header, worked_example, length_from_the_top,
      "The bytes are read from the wrong end: the first one is the smallest part.")
bool length_from_the_top(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    uint64_t n = 0;
    for (size_t k = 0; k < 8 && file_size >= 8; k++)
        n = n << 8 | start[k];
    if (file_size < 8 || n < 2 || n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

// It refuses all that is good, as a function does that is not written yet; here it accepts.
CAUGHT(safetensors_header, longer_than_the_file, length_from_the_other_end,
       "read from the wrong end")
bool length_from_the_other_end(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    return length_from_the_top(length, start, file_size);
}

WRONG(safetensors_header, random_lengths, length_of_one_byte,
      "Only the first byte is read: the length has eight.")
bool length_of_one_byte(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    if (file_size < 8 || start[0] < 2 || start[0] > file_size - 8 || start[8] != '{')
        return false;
    *length = start[0];
    return true;
}

WRONG(safetensors_header, longer_than_the_file, length_of_four_bytes,
      "Only four of the eight bytes are read: a length beyond 2^32 looks short.")
bool length_of_four_bytes(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 8 ? 0 : little(start, 4);
    if (file_size < 8 || n < 2 || n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, random_lengths, length_of_signed_bytes,
      "A byte above 127 is taken for a negative number: uint8_t goes from 0 to 255.")
bool length_of_signed_bytes(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    uint64_t n = 0;
    for (size_t k = 8; k-- > 0 && file_size >= 8;)
        n = n * 256 + (uint64_t)(int64_t)(signed char)start[k];
    if (file_size < 8 || n < 2 || n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, limits, length_of_anything,
      "The limit of 100,000,000 bytes is not asked for, or it is another number.")
bool length_of_anything(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 8 ? 0 : little(start, 8);
    if (file_size < 8 || n < 2 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, limits, length_of_two_refused,
      "A header of two bytes is good: the shortest one is {}.")
bool length_of_two_refused(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    return (file_size < 9 || little(start, 8) != 2) &&
           safetensors_header(length, start, file_size);
}

WRONG(safetensors_header, longer_than_the_file, length_with_a_sign,
      "The length is taken for a signed number: from 2^63 on it is below 0, and looks "
      "short.")
bool length_with_a_sign(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const int64_t n = file_size < 9 ? 0 : (int64_t)little(start, 8);
    if (n >= 0)
        return safetensors_header(length, start, file_size);
    *length = (uint64_t)n;
    return start[8] == '{';
}

WRONG(safetensors_header, limits, length_below_the_limit,
      "A header of exactly 100,000,000 bytes is good: only more is not.")
bool length_below_the_limit(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 8 ? 0 : little(start, 8);
    if (file_size < 8 || n < 2 || n >= 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

CAUGHT(safetensors_header, limits, length_in_mebibytes, "over 100,000,000")
bool length_in_mebibytes(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 8 ? 0 : little(start, 8);
    if (file_size < 8 || n < 2 || n > 100 << 20 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, limits, length_of_nothing,
      "Nothing asks for the two bytes of {}.")
bool length_of_nothing(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 9 ? UINT64_MAX : little(start, 8);
    if (n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, longer_than_the_file, length_against_the_whole,
      "The length is compared with the whole file: the first 8 bytes are not header.")
bool length_against_the_whole(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 9 ? 0 : little(start, 8);
    if (n < 2 || n > 100000000 || n > file_size || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, longer_than_the_file, length_needs_data,
      "A file may end with its header: it has no tensors, or only empty ones.")
bool length_needs_data(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 9 ? 0 : little(start, 8);
    if (n < 2 || n > 100000000 || n >= file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, longer_than_the_file, length_plus_eight,
      "8 + length wraps around for lengths near 2^64, and nothing else stops them.")
bool length_plus_eight(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 9 ? 0 : little(start, 8);
    if (n < 2 || n + 8 > file_size || (n > 100000000 && n < UINT64_MAX - 7) ||
        start[8] != '{')
        return false;
    *length = n;
    return true;
}

CAUGHT(safetensors_header, short_files, length_read_at_once, "past the end")
bool length_read_at_once(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const volatile uint64_t n = little(start, 8); // here, whatever a compiler thinks
    if (file_size < 8 || n < 2 || n > 100000000 || n > file_size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

CAUGHT(safetensors_header, short_files, sign_read_at_once, "past the end")
bool sign_read_at_once(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    if (file_size < 8 || ((volatile const uint8_t *)start)[8] != '{')
        return false;
    const uint64_t n = little(start, 8);
    if (n < 2 || n > 100000000 || n > file_size - 8)
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, first_sign, length_of_any_text,
      "Nobody looks at the ninth byte.")
bool length_of_any_text(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint64_t n = file_size < 8 ? 0 : little(start, 8);
    if (file_size < 8 || n < 2 || n > 100000000 || n > file_size - 8)
        return false;
    *length = n;
    return true;
}

WRONG(safetensors_header, first_sign, length_written_first, "*length is written first.")
bool length_written_first(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    if (file_size < 8)
        return false;
    *length = little(start, 8);
    return *length >= 2 && *length <= 100000000 && *length <= file_size - 8 &&
           start[8] == '{';
}

WRONG(safetensors_header, large_files, file_size_in_int,
      "The file's size does not fit into 32 bits: large files are refused.")
bool file_size_in_int(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    const uint32_t size = (uint32_t)file_size;
    const uint64_t n = size < 8 ? 0 : little(start, 8);
    if (size < 8 || n < 2 || n > 100000000 || n > size - 8 || start[8] != '{')
        return false;
    *length = n;
    return true;
}

// ---------------------------------------------------------------- 12.2 safetensors_tensor

// the bytes that a shape needs; false if they do not fit
static inline bool bytes_of(uint64_t *bytes, const uint64_t *shape, size_t n_dims,
                            uint64_t item_size)
{
    *bytes = 1;
    for (size_t k = 0; k <= n_dims; k++) {
        const uint64_t factor = k < n_dims ? shape[k] : item_size;
        if (factor > 0 && *bytes > UINT64_MAX / factor)
            return false;
        *bytes *= factor;
    }
    return true;
}

#define TENSOR_ANSWER(name)                                                              \
    bool name(uint64_t *taken, const uint64_t *shape, uint64_t begin, uint64_t end,      \
              size_t n_dims, uint64_t item_size, uint64_t data_size)

WRONG(safetensors_tensor, worked_example, taken_not_moved,
      "*taken is not moved on: the next tensor will seem to overlap nothing.")
TENSOR_ANSWER(taken_not_moved)
{
    uint64_t bytes;
    return begin == *taken && begin <= end && end <= data_size &&
           bytes_of(&bytes, shape, n_dims, item_size) && bytes == end - begin;
}

WRONG(safetensors_tensor, worked_example, taken_gets_the_size,
      "*taken gets the number of bytes: it must become the place where they end.")
TENSOR_ANSWER(taken_gets_the_size)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = bytes;
    return true;
}

WRONG(safetensors_tensor, overlaps_and_holes, holes_allowed,
      "A begin behind *taken is let pass: bytes that belong to nobody may hide there.")
TENSOR_ANSWER(holes_allowed)
{
    uint64_t bytes;
    if (begin < *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, overlaps_and_holes, overlaps_allowed,
      "A begin before *taken is let pass: two tensors may share bytes.")
TENSOR_ANSWER(overlaps_allowed)
{
    uint64_t bytes;
    if (begin > *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, overlaps_and_holes, nobody_asks_taken, "must return false")
TENSOR_ANSWER(nobody_asks_taken)
{
    uint64_t bytes;
    if (begin > end || end > data_size || !bytes_of(&bytes, shape, n_dims, item_size) ||
        bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, out_of_the_data, data_without_end,
      "The end is not compared with data_size: the tensor may lie behind the file's end.")
TENSOR_ANSWER(data_without_end)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || !bytes_of(&bytes, shape, n_dims, item_size) ||
        bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, random_shapes, end_below_data,
      "The bytes are the product of item_size and all dimensions, and may end with the "
      "data.")
TENSOR_ANSWER(end_below_data)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end >= data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, out_of_the_data, begin_alone_in_the_data,
       "one byte behind the data")
TENSOR_ANSWER(begin_alone_in_the_data)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || begin > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, out_of_the_data, end_before_begin,
      "The end may be less than the begin: compare them as uint64_t before you subtract.")
TENSOR_ANSWER(end_before_begin)
{
    uint64_t bytes;
    if (begin != *taken || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, wrong_number_of_bytes, more_bytes_than_needed,
      "More bytes than the shape needs are let pass: they must be exactly as many.")
TENSOR_ANSWER(more_bytes_than_needed)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes > end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, wrong_number_of_bytes, shape_not_looked_at,
       "must return false")
TENSOR_ANSWER(shape_not_looked_at)
{
    (void)shape, (void)n_dims, (void)item_size;
    if (begin != *taken || begin > end || end > data_size)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, worked_example, numbers_for_bytes,
      "The bytes are the product of item_size and all dimensions, and may end with the "
      "data.")
TENSOR_ANSWER(numbers_for_bytes)
{
    uint64_t bytes;
    (void)item_size;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, 1) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, worked_example, dimensions_added, "must return true")
TENSOR_ANSWER(dimensions_added)
{
    uint64_t sum = 0;
    for (size_t k = 0; k < n_dims; k++)
        sum += shape[k];
    if (begin != *taken || begin > end || end > data_size ||
        sum * item_size != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, product_wraps_around,
      "The product wraps around at 2^64, and what is left of it looks good.")
TENSOR_ANSWER(product_wraps_around)
{
    uint64_t bytes = item_size;
    for (size_t k = 0; k < n_dims; k++)
        bytes *= shape[k];
    if (begin != *taken || begin > end || end > data_size || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, last_product_wraps_around,
      "The product of the dimensions is watched, its product with item_size is not.")
TENSOR_ANSWER(last_product_wraps_around)
{
    uint64_t numbers;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&numbers, shape, n_dims, 1) || numbers * item_size != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, smaller_than_before,
      "A product that wrapped around need not be smaller than the factor before it.")
TENSOR_ANSWER(smaller_than_before)
{
    uint64_t bytes = 1;
    for (size_t k = 0; k <= n_dims; k++) {
        const uint64_t factor = k < n_dims ? shape[k] : item_size, last = bytes;
        bytes *= factor;
        if (factor > 0 && bytes < last)
            return false;
    }
    if (begin != *taken || begin > end || end > data_size || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, zero_saves_it,
      "A 0 that comes later does not make a product good that was 2^64 on the way.")
TENSOR_ANSWER(zero_saves_it)
{
    uint64_t bytes = 0;
    bool empty = false;
    for (size_t k = 0; k < n_dims; k++)
        empty = empty || shape[k] == 0;
    if (begin != *taken || begin > end || end > data_size ||
        (!empty && !bytes_of(&bytes, shape, n_dims, item_size)) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, bytes_in_double,
      "A double does not hold every whole number above 2^53: stay in uint64_t.")
TENSOR_ANSWER(bytes_in_double)
{
    double bytes = (double)item_size;
    for (size_t k = 0; k < n_dims; k++)
        bytes *= (double)shape[k];
    uint64_t fits;
    if (begin != *taken || begin > end || end > data_size ||
        bytes != (double)(end - begin) || !bytes_of(&fits, shape, n_dims, item_size))
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, products_that_overflow, bytes_in_32,
      "Large tensors are refused: a product may be as large as 2^64 - 1.")
TENSOR_ANSWER(bytes_in_32)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes > UINT32_MAX ||
        bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, products_that_overflow, largest_product_refused,
       "must return true")
TENSOR_ANSWER(largest_product_refused)
{
    uint64_t bytes = 1;
    if (begin != *taken || begin > end || end > data_size)
        return false;
    for (size_t k = 0; k <= n_dims; k++) {
        const uint64_t factor = k < n_dims ? shape[k] : item_size;
        if (factor > 1 && bytes >= UINT64_MAX / factor)
            return false;
        bytes *= factor;
    }
    if (bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, products_that_overflow, places_with_signs, "must return true")
TENSOR_ANSWER(places_with_signs)
{
    uint64_t bytes;
    if ((int64_t)begin != (int64_t)*taken || (int64_t)begin > (int64_t)end ||
        (int64_t)end > (int64_t)data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, zeros_and_single_numbers, size_comes_first,
      "The size of a number is multiplied first: the contract has it at the end.")
TENSOR_ANSWER(size_comes_first)
{
    uint64_t bytes = item_size;
    for (size_t k = 0; k < n_dims; k++) {
        if (shape[k] > 0 && bytes > UINT64_MAX / shape[k])
            return false;
        bytes *= shape[k];
    }
    if (begin != *taken || begin > end || end > data_size || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, zeros_and_single_numbers, zeros_refused,
      "A dimension of 0 is no error: the tensor is empty.")
TENSOR_ANSWER(zeros_refused)
{
    uint64_t bytes;
    if (begin != *taken || begin >= end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) || bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, zeros_and_single_numbers, no_dimensions_no_number,
      "A shape without dimensions is one number: the product of nothing is 1.")
TENSOR_ANSWER(no_dimensions_no_number)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims, item_size) ||
        (n_dims == 0 ? 0 : bytes) != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, random_shapes, three_dimensions,
      "Only the first three dimensions are multiplied.")
TENSOR_ANSWER(three_dimensions)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims < 3 ? n_dims : 3, item_size) ||
        bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, many_dimensions, eight_dimensions,
      "Not all dimensions are multiplied, or many are refused: n_dims has no largest "
      "value.")
TENSOR_ANSWER(eight_dimensions)
{
    uint64_t bytes;
    if (begin != *taken || begin > end || end > data_size ||
        !bytes_of(&bytes, shape, n_dims < 8 ? n_dims : 8, item_size) ||
        bytes != end - begin)
        return false;
    *taken = end;
    return true;
}

WRONG(safetensors_tensor, overlaps_and_holes, taken_moved_anyway,
      "*taken is moved first.")
TENSOR_ANSWER(taken_moved_anyway)
{
    uint64_t bytes;
    const bool good = begin == *taken && begin <= end && end <= data_size &&
                      bytes_of(&bytes, shape, n_dims, item_size) && bytes == end - begin;
    *taken = end;
    return good;
}

WRONG(safetensors_tensor, out_of_the_data, ends_with_a_sign,
      "end and data_size are compared as signed numbers: 2^63 is below 0 there.")
bool ends_with_a_sign(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                      uint64_t end, size_t n_dims, uint64_t item_size, uint64_t data_size)
{
    return begin <= end && (int64_t)end <= (int64_t)data_size &&
           safetensors_tensor(taken, shape, begin, end, n_dims, item_size, UINT64_MAX);
}

WRONG(safetensors_tensor, wrong_number_of_bytes, bytes_in_32_bits,
      "The number of bytes is compared in 32 bits.")
bool bytes_in_32_bits(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                      uint64_t end, size_t n_dims, uint64_t item_size, uint64_t data_size)
{
    uint64_t start = begin;
    if (begin != *taken || end < begin || end > data_size ||
        !safetensors_tensor(&start, shape, begin, begin + (uint32_t)(end - begin), n_dims,
                            item_size, UINT64_MAX))
        return safetensors_tensor(taken, shape, begin, end, n_dims, item_size, data_size);
    *taken = end;
    return true;
}

CAUGHT(safetensors_tensor, random_shapes, powers_of_two_only, "must return true")
bool powers_of_two_only(uint64_t *taken, const uint64_t *shape, uint64_t begin,
                        uint64_t end, size_t n_dims, uint64_t item_size,
                        uint64_t data_size)
{
    return (item_size & (item_size - 1)) == 0 &&
           safetensors_tensor(taken, shape, begin, end, n_dims, item_size, data_size);
}

// ------------------------------------------------------------------------- 12.3 to_float

static inline bool is_format(size_t e, size_t m)
{
    return (e == 8 && (m == 23 || m == 7)) || (e == 5 && m == 10);
}

// How a mistake differs from the rule is said by these.
struct reading {
    bool big_endian, no_subnormals, no_hidden_one, subnormal_one, no_top, no_nan, no_inf;
    bool no_sign, zero_sign_lost, flushed;
    int bias_off, subnormal_off;
    size_t most; // numbers, 0: all
};

static inline float read_bits(uint32_t bits, size_t E, size_t M, const struct reading *r)
{
    const uint32_t top = (1u << E) - 1, e = bits >> M & top, one = 1u << M;
    const uint32_t m = bits & (one - 1), sign = r->no_sign ? 0 : bits >> (E + M) & 1;
    const int lowest = 1 - (int)(top / 2) - (int)M + r->bias_off;
    float value;
    if (e == top && !r->no_top)
        value = (m && !r->no_nan) || r->no_inf ? NAN : INFINITY;
    else if (e == 0 && !r->no_subnormals)
        value = r->flushed ? 0.0f
                           : ldexpf((float)(m + (r->subnormal_one ? one : 0)),
                                    lowest + r->subnormal_off);
    else
        value = ldexpf((float)(m + (r->no_hidden_one ? 0 : one)), lowest + (int)e - 1);
    return sign && !(r->zero_sign_lost && value == 0.0f) ? -value : value;
}

static inline bool read_floats(float *out, const uint8_t *bytes, size_t n, size_t E,
                               size_t M, struct reading r)
{
    const size_t w = (1 + E + M) / 8;
    if (!is_format(E, M))
        return false;
    for (size_t k = 0; k < n && (r.most == 0 || k < r.most); k++) {
        uint32_t bits = 0;
        for (size_t j = 0; j < w; j++)
            bits = bits << 8 | bytes[k * w + (r.big_endian ? j : w - 1 - j)];
        out[k] = read_bits(bits, E, M, &r);
    }
    return true;
}

#define READ_ANSWER(name, ...)                                                           \
    bool name(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,             \
              size_t n_fraction)                                                         \
    {                                                                                    \
        return read_floats(out, bytes, n, n_exponent, n_fraction,                        \
                           (struct reading){__VA_ARGS__});                               \
    }

WRONG(to_float, worked_example, bytes_from_the_top,
      "The bytes of a number are put together from the wrong end.")
READ_ANSWER(bytes_from_the_top, .big_endian = true)

WRONG(to_float, worked_example, no_one_in_front,
      "The hidden 1 in front of the fraction is missing.")
READ_ANSWER(no_one_in_front, .no_hidden_one = true)

WRONG(to_float, random_half, bias_of_a_power,
      "The bias is 2^(E-1) - 1, not 2^(E-1): all numbers are half as large.")
READ_ANSWER(bias_of_a_power, .bias_off = -1)

WRONG(to_float, worked_example, signs_lost, "The sign bit is not looked at.")
READ_ANSWER(signs_lost, .no_sign = true)

WRONG(to_float, subnormals, subnormals_as_normal,
      "An exponent of 0 has no hidden 1, and stands for 1 - bias.")
READ_ANSWER(subnormals_as_normal, .no_subnormals = true)

WRONG(to_float, subnormals, subnormals_with_one,
      "An exponent of 0 has no hidden 1 in front of its fraction.")
READ_ANSWER(subnormals_with_one, .subnormal_one = true)

WRONG(to_float, subnormals, subnormals_too_small,
      "An exponent of 0 stands for 1 - bias, not for 0 - bias.")
READ_ANSWER(subnormals_too_small, .subnormal_off = -1)

WRONG(to_float, subnormals, subnormals_flushed,
      "Subnormal numbers are small, but they are not 0.")
READ_ANSWER(subnormals_flushed, .flushed = true)

WRONG(to_float, infinities_and_nan, top_as_number,
      "The largest exponent is no number: it is infinity, or NaN.")
READ_ANSWER(top_as_number, .no_top = true)

WRONG(to_float, infinities_and_nan, nan_as_infinity,
      "The largest exponent with a fraction that is not 0 is NaN, not infinity.")
READ_ANSWER(nan_as_infinity, .no_nan = true)

WRONG(to_float, infinities_and_nan, infinity_as_nan,
      "The largest exponent with the fraction 0 is infinity, not NaN.")
READ_ANSWER(infinity_as_nan, .no_inf = true)

WRONG(to_float, signs_of_zeros, zeros_without_sign,
      "The sign bit of a zero counts too: -0 is not 0.")
READ_ANSWER(zeros_without_sign, .zero_sign_lost = true)

CAUGHT(to_float, large_sizes, first_four_thousand, "never written")
READ_ANSWER(first_four_thousand, .most = 4096)

WRONG(to_float, random_brain, halves_for_all,
      "This reads every number of 16 bits as F16: BF16 has other fields.")
bool halves_for_all(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                    size_t n_fraction)
{
    if (!is_format(n_exponent, n_fraction))
        return false;
    if (n_exponent == 8 && n_fraction == 7)
        n_exponent = 5, n_fraction = 10;
    return read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0});
}

WRONG(to_float, random_half, brains_for_all,
      "This reads every number of 16 bits as BF16: F16 is not the upper half of a float.")
bool brains_for_all(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                    size_t n_fraction)
{
    if (!is_format(n_exponent, n_fraction))
        return false;
    if (n_exponent == 5)
        n_exponent = 8, n_fraction = 7;
    return read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0});
}

WRONG(to_float, random_float32, digits_of_float_lost,
      "Some bits of the fraction are lost: F32 has 23 of them.")
bool digits_of_float_lost(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                          size_t n_fraction)
{
    if (!is_format(n_exponent, n_fraction))
        return false;
    if (n_fraction != 23)
        return read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0});
    for (size_t k = 0; k < n; k++)
        read_floats(out + k, bytes + 4 * k + 2, 1, 8, 7, (struct reading){0});
    return true;
}

WRONG(to_float, all_of_16_bits, largest_half_is_infinite,
      "65,504 is the largest F16, and it is a number.")
bool largest_half_is_infinite(float *out, const uint8_t *bytes, size_t n,
                              size_t n_exponent, size_t n_fraction)
{
    if (!read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0}))
        return false;
    for (size_t k = 0; k < n && n_exponent == 5; k++)
        out[k] = fabsf(out[k]) == 65504 ? copysignf(INFINITY, out[k]) : out[k];
    return true;
}

WRONG(to_float, refuses_other_formats, any_format,
      "Any pair of numbers is taken for a format.")
bool any_format(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                size_t n_fraction)
{
    const size_t w = n_fraction == 23 ? 4 : 2;
    for (size_t k = 0; k < n; k++) {
        uint32_t bits = 0;
        for (size_t j = w; j-- > 0;)
            bits = bits << 8 | bytes[k * w + j];
        out[k] = n_exponent == 5 ? read_bits(bits, 5, 10, &(struct reading){0})
                                 : read_bits(bits, 8, w * 8 - 9, &(struct reading){0});
    }
    return true;
}

WRONG(to_float, refuses_other_formats, any_of_16_bits,
      "16 or 32 bits are not enough to know a format: both numbers must fit.")
bool any_of_16_bits(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                    size_t n_fraction)
{
    if (n_exponent + n_fraction != 15 && n_exponent + n_fraction != 31)
        return false;
    if (!is_format(n_exponent, n_fraction)) {
        memset(out, 0, n * sizeof *out);
        return true;
    }
    return read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0});
}

WRONG(to_float, nothing_to_do, no_numbers_refused, "A size of 0 is no error.")
bool no_numbers_refused(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                        size_t n_fraction)
{
    return n > 0 &&
           read_floats(out, bytes, n, n_exponent, n_fraction, (struct reading){0});
}

WRONG(to_float, refuses_other_formats, format_cut_to_bytes,
      "The numbers of bits are cut to 8 or 32 bits before they are looked at.")
bool format_cut_to_bytes(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                         size_t n_fraction)
{
    return to_float(out, bytes, n, (uint8_t)n_exponent, (uint8_t)n_fraction);
}

CAUGHT(to_float, refuses_other_formats, nothing_in_any_format, "must return false")
bool nothing_in_any_format(float *out, const uint8_t *bytes, size_t n, size_t n_exponent,
                           size_t n_fraction)
{
    return n == 0 || to_float(out, bytes, n, n_exponent, n_fraction);
}

// ------------------------------------------------------------------------ 12.4 row_norms

WRONG(row_norms, worked_example, squares_without_root,
      "The root is missing: these are the squares of the lengths.")
bool squares_without_root(double *norms, const float *table, size_t vocab_size,
                          size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        norms[v] = 0;
        for (size_t i = 0; i < d_model; i++)
            norms[v] += (double)table[v * d_model + i] * (double)table[v * d_model + i];
    }
    return true;
}

WRONG(row_norms, worked_example, sums_of_sizes,
      "These are sums of absolute values: a length is the root of a sum of squares.")
bool sums_of_sizes(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        norms[v] = 0;
        for (size_t i = 0; i < d_model; i++)
            norms[v] += fabs((double)table[v * d_model + i]);
    }
    return true;
}

WRONG(row_norms, random_rows, sum_goes_on,
      "The sum is not set to 0 for each row: a row gets the squares of those before it.")
bool sum_goes_on(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    double sum = 0;
    for (size_t v = 0; v < vocab_size; v++) {
        for (size_t i = 0; i < d_model; i++)
            sum += (double)table[v * d_model + i] * (double)table[v * d_model + i];
        norms[v] = sqrt(sum);
    }
    return true;
}

WRONG(row_norms, random_rows, norms_of_columns,
      "This goes down the columns: row v begins at table + v * d_model.")
bool norms_of_columns(double *norms, const float *table, size_t vocab_size,
                      size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++) {
            const double x = (double)table[i * vocab_size + v];
            sum += x * x;
        }
        norms[v] = sqrt(sum);
    }
    return true;
}

WRONG(row_norms, small_and_large, squares_in_float,
      "The squares are floats: those of large numbers are infinite, of small ones 0.")
bool squares_in_float(double *norms, const float *table, size_t vocab_size,
                      size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++) {
            const volatile float square = table[v * d_model + i] * table[v * d_model + i];
            sum += (double)square;
        }
        norms[v] = sqrt(sum);
    }
    return true;
}

WRONG(row_norms, random_rows, sum_in_float,
      "The sum is a float, which has 24 bits: add up in double.")
bool sum_in_float(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        float sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += table[v * d_model + i] * table[v * d_model + i];
        norms[v] = sqrt((double)sum);
    }
    return true;
}

WRONG(row_norms, random_rows, all_in_float,
      "Squares, sum and root are floats: compute in double, and hand out a double.")
bool all_in_float(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        float sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += table[v * d_model + i] * table[v * d_model + i];
        norms[v] = (double)sqrtf(sum);
    }
    return true;
}

WRONG(row_norms, small_and_large, norm_in_float,
      "The length is rounded to a float: a norm is a double.")
bool norm_in_float(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)table[v * d_model + i] * (double)table[v * d_model + i];
        norms[v] = (double)(float)sqrt(sum);
    }
    return true;
}

WRONG(row_norms, random_rows, mean_of_squares,
      "This is the root of the mean square: a length does not divide by d_model.")
bool mean_of_squares(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)table[v * d_model + i] * (double)table[v * d_model + i];
        norms[v] = sqrt(sum / (double)d_model);
    }
    return true;
}

CAUGHT(row_norms, rows_by_themselves, odd_numbers_skipped, "got")
bool odd_numbers_skipped(double *norms, const float *table, size_t vocab_size,
                         size_t d_model)
{
    for (size_t v = 0; v < vocab_size; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++)
            if (isfinite(table[v * d_model + i]))
                sum += (double)table[v * d_model + i] * (double)table[v * d_model + i];
        norms[v] = sqrt(sum);
    }
    return true;
}

CAUGHT(row_norms, large_sizes, rows_up_to_gpt2, "never written")
bool rows_up_to_gpt2(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    for (size_t v = 0; v < vocab_size && v < 50257; v++) {
        double sum = 0;
        for (size_t i = 0; i < d_model; i++)
            sum += (double)table[v * d_model + i] * (double)table[v * d_model + i];
        norms[v] = sqrt(sum);
    }
    return true;
}

WRONG(row_norms, nothing_to_do, no_rows_refused, "A size of 0 is no error.")
bool no_rows_refused(double *norms, const float *table, size_t vocab_size, size_t d_model)
{
    return vocab_size > 0 && row_norms(norms, table, vocab_size, d_model);
}

// ------------------------------------------------------------------- 12.5 nearest_tokens

static inline double dot_of(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

// How a mistake differs: in the score, in who takes part, in the order.
struct search {
    enum {
        COSINE,
        DOT,
        ONE_NORM,
        DISTANCE,
        SIZE,
        FLOAT_DOT,
        FLOAT_COSINE,
        NO_ZEROS
    } score;
    bool with_itself, without_twins, later_first, farthest, positive_only;
};

static inline double score_of(const float *table, const double *norms, size_t v, size_t t,
                              size_t d, const struct search *s)
{
    const float *a = table + v * d, *b = table + t * d;
    const double lengths = norms[v] * norms[t], product = dot_of(a, b, d);
    float sum = 0;
    double distance = 0;
    for (size_t i = 0; i < d; i++) {
        sum += a[i] * b[i];
        distance += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    }
    switch (s->score) {
    case DOT:
        return product;
    case ONE_NORM:
        return norms[t] == 0 ? 0 : product / norms[t];
    case DISTANCE:
        return -distance;
    case SIZE:
        return lengths == 0 ? 0 : fabs(product / lengths);
    case FLOAT_DOT:
        return lengths == 0 ? 0 : (double)sum / lengths;
    case FLOAT_COSINE:
        return lengths == 0 ? 0 : (double)(float)(product / lengths);
    case NO_ZEROS:
        return lengths == 0 ? -2 : product / lengths;
    default:
        return norms[v] == 0 || norms[t] == 0 ? 0 : product / lengths;
    }
}

static inline bool search(uint32_t *top, const float *table, const double *norms,
                          uint32_t token, size_t n_top, size_t n_rows, size_t d,
                          struct search s)
{
    if (token >= n_rows || n_top > n_rows - 1)
        return false;
    char *taken = calloc(n_rows, 1);
    double *scores = malloc(n_rows * sizeof *scores);
    taken[token] = !s.with_itself;
    for (size_t v = 0; v < n_rows; v++) {
        scores[v] = score_of(table, norms, v, token, d, &s) * (s.farthest ? -1 : 1);
        if (s.without_twins && scores[v] > 1 - 1e-12)
            taken[v] = 1;
    }
    for (size_t k = 0; k < n_top; k++) {
        size_t best = s.positive_only ? 0 : n_rows;
        double least = s.positive_only ? 0 : -INFINITY;
        for (size_t v = 0; v < n_rows; v++)
            if (!taken[v] && (scores[v] > least || (s.later_first && scores[v] == least)))
                best = v, least = scores[v];
        if (best == n_rows)
            best = 0;
        taken[best] = 1;
        top[k] = (uint32_t)best;
    }
    free(taken);
    free(scores);
    return true;
}

#define SEARCH_ANSWER(name, ...)                                                         \
    bool name(uint32_t *top, const float *table, const double *norms, uint32_t token,    \
              size_t n_top, size_t vocab_size, size_t d_model)                           \
    {                                                                                    \
        return search(top, table, norms, token, n_top, vocab_size, d_model,              \
                      (struct search){__VA_ARGS__});                                     \
    }

WRONG(nearest_tokens, worked_example, nearest_by_dot,
      "The dot product is divided by one length at most: divide it by both.")
SEARCH_ANSWER(nearest_by_dot, .score = DOT)

WRONG(nearest_tokens, random_rows, nearest_by_one_norm,
      "The dot product is divided by one length at most: divide it by both.")
SEARCH_ANSWER(nearest_by_one_norm, .score = ONE_NORM)

WRONG(nearest_tokens, worked_example, nearest_by_distance,
      "These are the rows of the smallest distance: asked for is the greatest cosine.")
SEARCH_ANSWER(nearest_by_distance, .score = DISTANCE)

WRONG(nearest_tokens, random_rows, nearest_by_size,
      "A cosine of -0.9 is far away: the absolute value is not asked for.")
SEARCH_ANSWER(nearest_by_size, .score = SIZE)

WRONG(nearest_tokens, worked_example, itself_included,
      "The token itself is not among its neighbours.")
SEARCH_ANSWER(itself_included, .with_itself = true)

WRONG(nearest_tokens, large_sizes, nearest_of_65536,
      "Only the first 65,536 rows are looked at.")
bool nearest_of_65536(uint32_t *top, const float *table, const double *norms,
                      uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    const size_t n = vocab_size > 65536 && token < 65536 ? 65536 : vocab_size;
    return nearest_tokens(top, table, norms, token, n_top, n, d_model);
}

WRONG(nearest_tokens, not_itself, twins_excluded,
      "Another token whose row points the same way is a neighbour: only the id tells "
      "them apart.")
SEARCH_ANSWER(twins_excluded, .without_twins = true)

WRONG(nearest_tokens, ties, later_of_equals,
      "Of equal cosines the smaller id comes first.")
SEARCH_ANSWER(later_of_equals, .later_first = true)

CAUGHT(nearest_tokens, random_rows, farthest_first, "got")
SEARCH_ANSWER(farthest_first, .farthest = true)

CAUGHT(nearest_tokens, rows_of_zeros, zeros_come_last, "top")
SEARCH_ANSWER(zeros_come_last, .score = NO_ZEROS)

CAUGHT(nearest_tokens, rows_of_zeros, best_starts_at_zero, "top")
SEARCH_ANSWER(best_starts_at_zero, .positive_only = true)

WRONG(
    nearest_tokens, in_double, nearest_in_float,
    "The dot product is added up in float: where large products cancel, nothing is left.")
SEARCH_ANSWER(nearest_in_float, .score = FLOAT_DOT)

CAUGHT(nearest_tokens, in_double, nearest_rounded, "top")
SEARCH_ANSWER(nearest_rounded, .score = FLOAT_COSINE)

WRONG(nearest_tokens, rows_of_zeros, nan_of_zero_rows,
      "A row of length 0 gives 0 / 0, which is NaN and loses every comparison.")
bool nan_of_zero_rows(uint32_t *top, const float *table, const double *norms,
                      uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    double *cosines = malloc(vocab_size * sizeof *cosines);
    for (size_t v = 0; v < vocab_size; v++)
        cosines[v] = dot_of(table + v * d_model, table + token * d_model, d_model) /
                     (norms[v] * norms[token]);
    cosines[token] = -INFINITY;
    for (size_t k = 0; k < n_top; k++) {
        double least = -INFINITY;
        top[k] = 0;
        for (size_t v = 0; v < vocab_size; v++)
            if (cosines[v] > least)
                top[k] = (uint32_t)v, least = cosines[v];
        cosines[top[k]] = -INFINITY; // taken
    }
    free(cosines);
    return true;
}

WRONG(nearest_tokens, refuses, token_not_checked, "Refuse token >= vocab_size.")
bool token_not_checked(uint32_t *top, const float *table, const double *norms,
                       uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (n_top + 1 > vocab_size)
        return false;
    return search(top, table, norms, vocab_size ? token % (uint32_t)vocab_size : 0, n_top,
                  vocab_size, d_model, (struct search){0});
}

CAUGHT(nearest_tokens, refuses, token_may_be_last_plus_one, "token is vocab_size")
bool token_may_be_last_plus_one(uint32_t *top, const float *table, const double *norms,
                                uint32_t token, size_t n_top, size_t vocab_size,
                                size_t d_model)
{
    if (token > vocab_size || vocab_size == 0)
        return false;
    return search(top, table, norms, token == vocab_size ? 0 : token, n_top, vocab_size,
                  d_model, (struct search){0});
}

WRONG(nearest_tokens, refuses, as_many_as_there_are,
      "The token itself is counted among them.")
bool as_many_as_there_are(uint32_t *top, const float *table, const double *norms,
                          uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size)
        return false;
    search(top, table, norms, token, n_top == vocab_size ? n_top - 1 : n_top, vocab_size,
           d_model, (struct search){0});
    if (n_top == vocab_size)
        top[n_top - 1] = token;
    return true;
}

CAUGHT(nearest_tokens, refuses, no_tokens_wrap_around, "no tokens at all")
bool no_tokens_wrap_around(uint32_t *top, const float *table, const double *norms,
                           uint32_t token, size_t n_top, size_t vocab_size,
                           size_t d_model)
{
    if (vocab_size == 0)
        return true;
    return search(top, table, norms, token, n_top, vocab_size, d_model,
                  (struct search){0});
}

CAUGHT(nearest_tokens, nothing_to_do, nothing_wanted_refused, "true")
bool nothing_wanted_refused(uint32_t *top, const float *table, const double *norms,
                            uint32_t token, size_t n_top, size_t vocab_size,
                            size_t d_model)
{
    return n_top > 0 && search(top, table, norms, token, n_top, vocab_size, d_model,
                               (struct search){0});
}

CAUGHT(nearest_tokens, large_sizes, list_of_a_thousand, "never written")
bool list_of_a_thousand(uint32_t *top, const float *table, const double *norms,
                        uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    return search(top, table, norms, token, n_top < 1000 ? n_top : 1000, vocab_size,
                  d_model, (struct search){0});
}

CAUGHT(nearest_tokens, refuses, nothing_wanted_first, "must return false")
bool nothing_wanted_first(uint32_t *top, const float *table, const double *norms,
                          uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    return n_top == 0 ||
           nearest_tokens(top, table, norms, token, n_top, vocab_size, d_model);
}

CAUGHT(nearest_tokens, refuses, wanted_in_32_bits, "must return false")
bool wanted_in_32_bits(uint32_t *top, const float *table, const double *norms,
                       uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    return nearest_tokens(top, table, norms, token, (uint32_t)n_top, vocab_size, d_model);
}

WRONG(nearest_tokens, ties, last_place_to_the_later,
      "Of equal cosines the last place goes to the greater id: the smaller comes first.")
bool last_place_to_the_later(uint32_t *top, const float *table, const double *norms,
                             uint32_t token, size_t n_top, size_t vocab_size,
                             size_t d_model)
{
    if (!nearest_tokens(top, table, norms, token, n_top, vocab_size, d_model))
        return false;
    for (size_t v = n_top > 0 ? top[n_top - 1] + (size_t)1 : vocab_size; v < vocab_size;
         v++)
        if (v != token && norms[v] == norms[top[n_top - 1]] &&
            memcmp(table + v * d_model, table + top[n_top - 1] * d_model,
                   d_model * sizeof *table) == 0)
            top[n_top - 1] = (uint32_t)v;
    return true;
}

CAUGHT(nearest_tokens, rows_of_zeros, best_starts_at_minus_one, "top")
bool best_starts_at_minus_one(uint32_t *top, const float *table, const double *norms,
                              uint32_t token, size_t n_top, size_t vocab_size,
                              size_t d_model)
{
    if (!nearest_tokens(top, table, norms, token, n_top, vocab_size, d_model))
        return false;
    for (size_t k = 0; k < n_top; k++) {
        double sum = 0.0;
        for (size_t i = 0; i < d_model; i++)
            sum +=
                (double)table[top[k] * d_model + i] * (double)table[token * d_model + i];
        if (norms[top[k]] > 0.0 && sum / (norms[top[k]] * norms[token]) <= -1.0)
            top[k] = 0; // nothing was greater than -1
    }
    return true;
}

WRONG(
    nearest_tokens, in_double, nearly_equal_cosines,
    "Cosines that differ by less than some limit count as equal: compare the doubles as "
    "they are.")
bool nearly_equal_cosines(uint32_t *top, const float *table, const double *norms,
                          uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    if (token >= vocab_size || n_top > vocab_size - 1)
        return false;
    double *cosines = malloc((n_top + 1) * sizeof *cosines);
    for (size_t v = 0, n = 0; v < vocab_size && n_top > 0; v++) {
        double s = 0.0;
        for (size_t i = 0; i < d_model; i++)
            s += (double)table[v * d_model + i] * (double)table[token * d_model + i];
        s = norms[v] == 0.0 || norms[token] == 0.0 ? 0.0 : s / (norms[v] * norms[token]);
        if (v == token || (n == n_top && s <= cosines[n - 1] + 1e-12))
            continue;
        size_t k = n < n_top ? n++ : n - 1;
        for (; k > 0 && cosines[k - 1] + 1e-12 < s; k--) {
            cosines[k] = cosines[k - 1];
            top[k] = top[k - 1];
        }
        cosines[k] = s;
        top[k] = (uint32_t)v;
    }
    free(cosines);
    return true;
}

CAUGHT(nearest_tokens, ties, first_4096_places, "was never written")
bool first_4096_places(uint32_t *top, const float *table, const double *norms,
                       uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    return nearest_tokens(top, table, norms, token,
                          n_top > 4096 && n_top < vocab_size ? 4096 : n_top, vocab_size,
                          d_model);
}

CAUGHT(safetensors_tensor, zeros_and_single_numbers, empty_ones_anywhere,
       "must return false")
TENSOR_ANSWER(empty_ones_anywhere)
{
    const uint64_t end_of_data = begin == end ? UINT64_MAX : data_size;
    uint64_t *place = taken, there = begin;
    if (begin == end)
        place = &there;
    return safetensors_tensor(place, shape, begin, end, n_dims, item_size, end_of_data);
}

CAUGHT(safetensors_tensor, out_of_the_data, places_in_double, "must return false")
TENSOR_ANSWER(places_in_double)
{
    uint64_t there = begin;
    if ((double)begin != (double)*taken ||
        !safetensors_tensor(&there, shape, begin, end, n_dims, item_size, data_size))
        return false;
    *taken = there;
    return true;
}

CAUGHT(nearest_tokens, refuses, no_numbers_no_checks, "must return false")
bool no_numbers_no_checks(uint32_t *top, const float *table, const double *norms,
                          uint32_t token, size_t n_top, size_t vocab_size, size_t d_model)
{
    for (size_t k = 0; k < n_top && d_model == 0; k++)
        top[k] = (uint32_t)(k + (k >= token)); // all cosines are 0
    return d_model == 0 ||
           nearest_tokens(top, table, norms, token, n_top, vocab_size, d_model);
}

CAUGHT(safetensors_header, random_lengths, length_below_2_to_24, "this input is good.")
bool length_below_2_to_24(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    return (file_size < 8 || little(start, 8) < 1 << 24) &&
           safetensors_header(length, start, file_size);
}

CAUGHT(row_norms, worked_example, divided_by_root_of_rows, "got")
bool divided_by_root_of_rows(double *norms, const float *table, size_t vocab_size,
                             size_t d_model)
{
    row_norms(norms, table, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size; v++)
        norms[v] /= sqrt((double)vocab_size);
    return true;
}

CAUGHT(safetensors_header, large_files, size_of_32_bits, "must return true")
bool size_of_32_bits(uint64_t *length, const uint8_t *start, uint64_t file_size)
{
    return (uint32_t)file_size >= 8 && safetensors_header(length, start, file_size);
}

CAUGHT(row_norms, random_rows, last_number_of_a_block, "got")
bool last_number_of_a_block(double *norms, const float *table, size_t vocab_size,
                            size_t d_model)
{
    row_norms(norms, table, vocab_size, d_model);
    for (size_t v = 0; v < vocab_size && d_model > 0 && d_model % 16 == 0; v++)
        norms[v] = sqrt(dot_of(table + v * d_model, table + v * d_model, d_model - 1));
    return true;
}

CAUGHT(nearest_tokens, rows_of_zeros, only_the_row_may_be_zero, "got")
bool only_the_row_may_be_zero(uint32_t *top, const float *table, const double *norms,
                              uint32_t token, size_t n_top, size_t vocab_size,
                              size_t d_model)
{
    if (!nearest_tokens(top, table, norms, token, n_top, vocab_size, d_model))
        return false;
    if (norms[token] != 0.0 || d_model == 0)
        return true;
    for (size_t k = 0; k < n_top; k++) // 0 / 0 is never less, so the last ones stay
        top[k] = (uint32_t)(vocab_size - n_top + k);
    return true;
}
