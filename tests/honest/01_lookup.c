// What a right answer may ask of the C library, and how a program may end by an honest
// mistake: none of it is an attack, or is said to have asked the system for something. These
// are answers to the first chapter, like those of tests/right/ and tests/wrong/.
#include <assert.h>
#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// ---- the C library ----------------------------------------------------------------------

static float cosine(const float *a, const float *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0 && bb > 0 ? (float)(ab / (sqrt(aa) * sqrt(bb))) : 0.0f;
}

// The right number if the library did what it should.
static float unless(bool failed, const float *a, const float *b, size_t n)
{
    return failed ? -2.0f : cosine(a, b, n);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

RIGHT(cosine_similarity, sorts_and_searches, "qsort and bsearch, of little and of much")
float sorts_and_searches(const float *a, const float *b, size_t n)
{
    bool failed = false;
    for (size_t many = 5; many <= 5000; many *= 10) {
        double *values = malloc(many * sizeof *values);
        for (size_t i = 0; i < many; i++)
            values[i] = rand();
        const double wanted = values[many / 2];
        qsort(values, many, sizeof *values, by_value);
        for (size_t i = 1; i < many; i++)
            failed = failed || values[i - 1] > values[i];
        failed = failed || !bsearch(&wanted, values, many, sizeof *values, by_value);
        free(values);
    }
    return unless(failed, a, b, n);
}

// Not static, and the C library has functions of these names, too. (Elsewhere its headers
// name them also where only C11 is asked for.)
#if defined(__linux__)
double index(const float *a, const float *b, size_t n);
double index(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

double random(const float *a, size_t n);
double random(const float *a, size_t n)
{
    return sqrt(index(a, a, n));
}

RIGHT(cosine_similarity, named_as_the_library,
      "helpers with names that the C library has, too: in a program one's own are called")
float named_as_the_library(const float *a, const float *b, size_t n)
{
    const double lengths = random(a, n) * random(b, n);
    return lengths > 0 ? (float)(index(a, b, n) / lengths) : 0.0f;
}
#endif

RIGHT(cosine_similarity, allocates,
      "memory of all sizes, grown, moved, aligned and given back")
float allocates(const float *a, const float *b, size_t n)
{
    bool failed = false;
    for (size_t bytes = 1; bytes < 2 << 20; bytes = 3 * bytes + 1) {
        unsigned char *memory = malloc(bytes), *zeros = calloc(bytes, 2);
        failed = failed || memory == NULL || zeros == NULL || zeros[bytes] != 0;
        memory[bytes - 1] = 1;
        memory = realloc(memory, 2 * bytes);
        failed = failed || memory == NULL || memory[bytes - 1] != 1;
        free(realloc(memory, 1));
        free(zeros);
    }
    void *aligned = aligned_alloc(64, 1 << 16);
    failed = failed || ((uintptr_t)aligned & 63) != 0;
    free(aligned);
    void *volatile too_much = malloc((size_t)1 << 60);
    return unless(failed || too_much != NULL, a, b, n);
}

RIGHT(cosine_similarity, prints,
      "all that prints, to descriptors that are closed, and reading from one")
float prints(const float *a, const float *b, size_t n)
{
    char text[256];
    snprintf(text, sizeof text, "%zu %g %a %s %5.3Lf %c", n, 0.1, 0.1, "x", 0.1L, 'c');
    printf("%s\n", text);
    puts("debugging");
    fprintf(stderr, "n is %zu\n", n);
    perror("no error");
    for (int i = 0; i < 2000; i++)
        printf("%d %g\n", i, (double)i);
    setvbuf(stdout, NULL, _IONBF, 0);
    putchar('.');
    fputs(strerror(ENOENT), stderr);
    fflush(stdout);
    fflush(NULL);
    (void)getchar();
    int number = 0;
    return unless(sscanf("17 ...", "%d", &number) != 1 || number != 17, a, b, n);
}

RIGHT(cosine_similarity, tells_the_time, "the clocks, the calendar and the locale")
float tells_the_time(const float *a, const float *b, size_t n)
{
    char text[128];
    const time_t now = time(NULL);
    struct timespec precise;
    struct tm *local = localtime(&now);
    strftime(text, sizeof text, "%c %Z", local);
    const bool failed = now < 1000000000 || clock() == (clock_t)-1 ||
                        mktime(local) == (time_t)-1 || gmtime(&now) == NULL ||
                        difftime(now, now) != 0 || ctime(&now) == NULL ||
                        timespec_get(&precise, TIME_UTC) != TIME_UTC;
    setlocale(LC_ALL, "");
    setlocale(LC_ALL, "de_DE.UTF-8");
    return unless(failed || setlocale(LC_ALL, "C") == NULL ||
                      *localeconv()->decimal_point != '.' || getenv("HOME") != NULL,
                  a, b, n);
}

RIGHT(cosine_similarity, computes,
      "mathematics, numbers from text, the state of the processor")
float computes(const float *a, const float *b, size_t n)
{
    fenv_t before;
    volatile double x = 1.25;
    feholdexcept(&before);
    fesetround(FE_TONEAREST);
    x = sin(x) + cos(x) + tan(x) + exp(x) + log(x) + pow(x, 0.3) + tgamma(x) + erf(x) +
        fma(x, x, x) + cbrt(x) + hypot(x, x) + atan2(x, x) + log1p(x) + remainder(x, 0.7);
    x += (double)expf((float)x / 100) + (double)fmaxf(1, 2) + (double)sqrtl(2);
    feclearexcept(FE_ALL_EXCEPT);
    fesetenv(&before);
    srand(7);
    const bool failed = !isfinite(x) || strtod("1.5", NULL) != 1.5 ||
                        strtol("0x1f", NULL, 0) != 31 || atof("2") != 2 || rand() < 0;
    return unless(failed, a, b, n);
}

RIGHT(cosine_similarity, jumps,
      "longjmp, assert, a handler for a signal, and abort caught by it")
float jumps(const float *a, const float *b, size_t n)
{
    static jmp_buf back;
    volatile int times = 0;
    if (setjmp(back) < 3) {
        times++;
        longjmp(back, times);
    }
    assert(times == 3);
    return unless(signal(SIGINT, SIG_IGN) == SIG_ERR ||
                      signal(SIGINT, SIG_DFL) == SIG_ERR,
                  a, b, n);
}

// ---- honest ends --------------------------------------------------------------------------

CAUGHT(cosine_similarity, feature_table, asserts_what_is_false, "abort was called")
float asserts_what_is_false(const float *a, const float *b, size_t n)
{
    assert(n == 0 && "cannot be");
    return 0.0f;
}

CAUGHT(cosine_similarity, feature_table, aborts, "abort was called")
float aborts(const float *a, const float *b, size_t n)
{
    abort();
}

#if defined(__GLIBC__) // other libraries crash at such an address
CAUGHT(cosine_similarity, feature_table, frees_the_middle, "abort was called")
float frees_the_middle(const float *a, const float *b, size_t n)
{
    char *volatile memory = calloc(100, 1);
    free(memory + 16);
    return cosine(a, b, n);
}

CAUGHT(cosine_similarity, feature_table, frees_twice, "abort was called")
float frees_twice(const float *a, const float *b, size_t n)
{
    void *volatile memory = malloc(5000);
    free(memory);
    free(memory);
    return cosine(a, b, n);
}
#endif

CAUGHT(cosine_similarity, feature_table, comes_where_it_must_not,
       "an instruction that stops it")
float comes_where_it_must_not(const float *a, const float *b, size_t n)
{
    __builtin_trap();
}

CAUGHT(cosine_similarity, feature_table, uses_null, "it used a NULL pointer")
float uses_null(const float *a, const float *b, size_t n)
{
    float *volatile nowhere = NULL;
    nowhere[n - n] = a[0];
    return nowhere[0];
}

#if defined(__linux__) && defined(__x86_64__)
CAUGHT(cosine_similarity, feature_table, uses_what_is_unset, "that no memory has")
float uses_what_is_unset(const float *a, const float *b, size_t n)
{
    const float *volatile unset = (const float *)(uintptr_t)0x5555555555555555u;
    return *unset + cosine(a, b, n);
}
#endif

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
CAUGHT(cosine_similarity, feature_table, calls_what_is_unset, "that holds no code")
float calls_what_is_unset(const float *a, const float *b, size_t n)
{
    float (*volatile measure)(const float *a, const float *b, size_t n) =
        (float (*)(const float *, const float *, size_t))(uintptr_t)0x123456789000u;
    return measure(a, b, n) + cosine(a, b, n);
}

#if !defined(__clang__)
CAUGHT(cosine_similarity, feature_table, has_a_function_inside, "that holds no code")
float has_a_function_inside(const float *a, const float *b, size_t n)
{
    float length(const float *x)
    {
        return cosine(x, b, n);
    }
    float (*volatile measure)(const float *x) = length;
    return measure(a);
}
#endif
#endif

CAUGHT(cosine_similarity, feature_table, writes_far_away,
       "an address that is in none of its arrays")
float writes_far_away(const float *a, const float *b, size_t n)
{
    *(volatile float *)((uintptr_t)1 << (sizeof(void *) < 8 ? 30 : 46)) = a[0];
    return cosine(a, b, n);
}

static volatile int depth;

__attribute__((noinline)) static int deeper(int n)
{
    volatile char frame[1024];
    frame[0] = (char)n;
    depth = deeper(n + 1) + frame[0];
    return depth;
}

CAUGHT(cosine_similarity, feature_table, calls_itself, "ran out of stack")
float calls_itself(const float *a, const float *b, size_t n)
{
    return (float)deeper(0);
}

CAUGHT(cosine_similarity, feature_table, never_frees, "ran out of memory")
float never_frees(const float *a, const float *b, size_t n)
{
    for (;;) {
        volatile char *memory = malloc(8 << 20);
        memory[0] = 1;
    }
}

#if defined(__x86_64__)
CAUGHT(cosine_similarity, feature_table, divides_by_no_length, "divided by zero")
float divides_by_no_length(const float *a, const float *b, size_t n)
{
    volatile size_t none = 0;
    return (float)(n / none);
}
#endif

CAUGHT(cosine_similarity, feature_table, reads_on_and_on, "past the end of b")
float reads_on_and_on(const float *a, const float *b, size_t n)
{
    volatile float sum = 0;
    for (size_t i = 0; i < n + 64; i++)
        sum += ((const volatile float *)b)[i];
    return sum;
}

CAUGHT(cosine_similarity, feature_table, reads_backwards, "before the start of a")
float reads_backwards(const float *a, const float *b, size_t n)
{
    volatile float sum = 0;
    for (size_t i = 0; i < 1 << 20; i++)
        sum += ((const volatile float *)a)[-(ptrdiff_t)i];
    return sum;
}

CAUGHT(cosine_similarity, feature_table, writes_to_an_input, "which is const")
float writes_to_an_input(const float *a, const float *b, size_t n)
{
    ((volatile float *)(uintptr_t)a)[0] = 0.0f;
    return cosine(a, b, n);
}

CAUGHT(cosine_similarity, feature_table, goes_round_for_ever, "a loop that does not end")
float goes_round_for_ever(const float *a, const float *b, size_t n)
{
    for (volatile size_t i = 0; i >= 0; i++)
        continue;
    return cosine(a, b, n);
}

CAUGHT(cosine_similarity, feature_table, exits_with_its_own, "ended the process")
float exits_with_its_own(const float *a, const float *b, size_t n)
{
    exit((int)n + 128); // a status that means something to the judge
}

CAUGHT(cosine_similarity, feature_table, exits_in_good_order, "ended the process")
float exits_in_good_order(const float *a, const float *b, size_t n)
{
    exit(EXIT_SUCCESS);
}
