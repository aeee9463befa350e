// Inputs and references for tests: see judge.h.
#include "inside.h"
#include "instructor/sha256.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double *filled(size_t n, double value)
{
    double *values = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        values[i] = value;
    return values;
}

double *transposed(const double *values, size_t rows, size_t columns)
{
    double *out = judge_doubles(rows * columns);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            out[c * rows + r] = values[r * columns + c];
    return out;
}

double dot_product(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

double cosine_of(const float *a, const float *b, size_t n)
{
    const double norms = sqrt(dot_product(a, a, n)) * sqrt(dot_product(b, b, n));
    return norms > 0 ? dot_product(a, b, n) / norms : 0;
}

double *as_doubles(const float *values, size_t n)
{
    double *out = judge_doubles(n);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)values[i];
    return out;
}

// A splitmix64 (Steele, Lea and Flood 2014) with a start and a step of its own. Both come out
// of SHA-256, from which no way leads back: who reads in a message what a test has drawn
// learns neither what else it draws nor what the others do.
struct stream {
    uint64_t state, step;
};

static struct stream new_stream(void)
{
    struct sha sha;
    struct stream stream = {0, 0};
    char digits[SHA_DIGITS + 1];
    sha_start(&sha);
    sha_add_text(&sha, suite_seed());
    sha_add_text(&sha, suite_row->function);
    sha_add_text(&sha, suite_row->test);
    sha_end(&sha, digits);
    sscanf(digits, "%16" SCNx64 "%16" SCNx64, &stream.state, &stream.step);
    stream.step |= 1;
    return stream;
}

static inline uint32_t next_random(struct stream *stream)
{
    uint64_t z = stream->state += stream->step;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static struct stream *test_stream(void)
{
    static struct stream stream;
    static bool started;
    if (!started)
        stream = new_stream();
    started = true;
    return &stream;
}

// How much was drawn since the last call, in bits: asked for where answers are recorded.
static double bits_drawn;

static void count_bits(double bits)
{
    bits_drawn += suite_options.record != NULL ? bits : 0;
}

double judge_bits_drawn(void)
{
    const double bits = bits_drawn;
    bits_drawn = 0;
    return bits;
}

uint32_t judge_random(void)
{
    count_bits(32);
    return next_random(test_stream());
}

size_t random_between(size_t least, size_t most)
{
    if (suite_options.record != NULL)
        count_bits(log2((double)(most - least) + 1));
    return least + next_random(test_stream()) % (most - least + 1);
}

// The sum of four even draws has nearly the shape, and takes a fifth of the time that
// logarithm and cosine take.
static inline double next_normal(struct stream *stream)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += next_random(stream) + 0.5;
    return (sum / 4294967296.0 - 2) * 1.7320508075688772; // each has variance 1/12
}

enum { BITS_OF_NORMAL = 20 }; // at least, when it is rounded

double random_normal(void)
{
    count_bits(BITS_OF_NORMAL);
    return next_normal(test_stream());
}

void fill_normal(float *values, size_t n)
{
    struct stream stream = *test_stream();
    for (size_t i = 0; i < n; i++)
        values[i] = (float)next_normal(&stream);
    *test_stream() = stream;
    count_bits(BITS_OF_NORMAL * (double)n);
}

void fill_ids(uint32_t *ids, size_t n, size_t vocab_size)
{
    for (size_t t = 0; t < n; t++)
        ids[t] = (uint32_t)random_between(0, vocab_size - 1);
    if (n > 2)
        ids[n - 1] = ids[random_between(0, n - 2)];
}

float *normals(size_t n)
{
    float *values = judge_floats(n);
    fill_normal(values, n);
    return values;
}

uint32_t *random_ids(size_t n, size_t vocab_size)
{
    uint32_t *ids = judge_ids(n);
    fill_ids(ids, n, vocab_size);
    return ids;
}

void exchange(uint32_t *ids, size_t n)
{
    for (size_t i = n > 3, j = i + 1; j + (n > 3) < n; j++)
        if (ids[i] != ids[j]) {
            const uint32_t held = ids[i];
            ids[i] = ids[j];
            ids[j] = held;
            return;
        }
}

float *with_a_change(const float *values, size_t n)
{
    float *changed = judge_floats(n);
    memcpy(changed, values, n * sizeof *changed);
    changed[n / 2] += 1;
    return changed;
}

bool all_close(const float *got, const double *wanted, const double *allowed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - wanted[i]) <= (allowed != NULL ? allowed[i] : 0)))
            return false;
    return true;
}
