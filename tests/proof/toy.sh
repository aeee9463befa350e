# A chapter that is quick to build and to judge, for tests that ask nothing of a chapter.
# Read by others: . tests/proof/toy.sh

toy_chapter() # number
{
    sed "s/@/$1/g" <<'END'
/*
# Does chapter @ hold? {#toy}
*/

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define EXERCISE __attribute__((weak))

__attribute__((noinline)) static float half(float x)
{
    return x / 2;
}

static float own(float x)
{
    return half(x) * 2;
}

/*
## Exercise @.1: say yes {#say-yes-@ .exercise}
*/

// out[0] = number
EXERCISE bool say_yes_@(float *out, float number)
{
    // your code here
    (void)out, (void)number;
    return false;
}

/*
## Exercise @.2: say how much {#say-much-@ .exercise}
*/

EXERCISE float say_much_@(float number)
{
    // your code here
    (void)number;
    return NAN;
}

/*
## What else there is {#more}
*/

int main(void)
{
    float out = 0;
    printf("\n== Toy\n");
    bool said = say_yes_@(&out, own(1.0f));
    printf("answer %d\n", said);
    (void)say_much_@(out);
    return 0;
}

/*
## Hints {#hints}
::: {.hint exercise="@.1"}
One.
:::
::: {.hint exercise="@.1"}
Two.
:::
::: {.hint exercise="@.1"}
Three.
:::
::: {.hint exercise="@.2"}
A *half* of $\frac{a_{2i} + 1}{n_\mathrm{rows}}$, **or** `a * b`.
:::
::: {.hint exercise="@.2"}
With $x \le \sqrt{y}$ and $e^{x_i}$ … not $x \ge 2$.
:::
::: {.hint exercise="@.2"}
Six.
:::
*/
END
}

toy_solution() # number
{
    sed "s/@/$1/g" <<'END'
#include <stdbool.h>

bool say_yes_@(float *out, float number);
float say_much_@(float number);

bool say_yes_@(float *out, float number)
{
    *out = number;
    return true;
}

float say_much_@(float number)
{
    return number;
}
END
}

# A course of this one chapter, in a folder of its own, with what the other one has built of
# the judge and the grader: NN_toy. Where one is, it is one chapter more.
toy_course() # two digits, folder, another name than toy
{
    toy=$1_${3:-toy}
    n=${1#0}
    mkdir -p "$2/chapters" "$2/solutions" "$2/tests/wrong" "$2/tests/attacks"
    cp -Rp Makefile "$2"
    cp -Rp tests/judge tests/instructor tests/student "$2/tests"
    toy_chapter "$n" >"$2/chapters/$toy.c"
    toy_solution "$n" >"$2/solutions/$toy.c"
    [ -f "$2/tests/points.tsv" ] || printf 'exercise\tfunction\ttest\tpoints\n' >"$2/tests/points.tsv"
    printf '%s\tsay_yes_%s\tany_number\t60\n%s\tsay_much_%s\tany_number\t40\n' \
        "$n.1" "$n" "$n.2" "$n" >>"$2/tests/points.tsv"
    sed "s/@/$n/g" >"$2/tests/$toy.h" <<'END'
#include <stdbool.h>
#ifndef JUDGED
#define JUDGED
#endif
JUDGED bool say_yes_@(float *out, float number);
JUDGED float say_much_@(float number);
END
    sed "s/@/$n/g" >"$2/tests/wrong/$toy.c" <<'END'
WRONG(say_much_@, any_number, one_too_much, "This is one too much.")
float one_too_much(float number)
{
    return number + 1;
}
END
    sed "s/@/$n/g" >"$2/tests/attacks/ends_$n.c" <<'END'
// Ends as if all was well.
// say_yes_@: "ended the program"
#include <stdlib.h>
bool say_yes_@(float *out, float number)
{
    *out = number;
    exit(0);
}
END
    sed "s/@/$n/g; s/TOY/$toy/g" >"$2/tests/$toy.c" <<'END'
#include "TOY.h"
#include "judge.h"

#include "calls/TOY.h"

JUDGE_CHAPTER(@);

Test(say_yes_@, any_number)
{
    float number = (float)random_normal(), *out = floats_out(1);
    double wanted = (double)number;
    expect_accepted(CALL(say_yes_@, out, number), out);
    expect_floats(out, &wanted, NULL, 1, 1);
    judge_passed();
}

Test(say_much_@, any_number)
{
    float number = (float)random_normal();
    expect_number("the result", (double)CALL(say_much_@, number), (double)number, 0);
    judge_passed();
}
END
    case $BUILD in
    /*) ;; # and has to be built anew
    *)
        mkdir -p "$2/$BUILD/objects/tests"
        cp -Rp "$BUILD/objects/tests/judge" "$BUILD/objects/tests/instructor" "$2/$BUILD/objects/tests"
        cp -p "$BUILD/.flags" "$BUILD/grade" "$2/$BUILD"
        ;;
    esac
}
