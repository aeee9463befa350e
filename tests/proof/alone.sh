#!/bin/sh
# A chapter compiles by itself, a solution with its header, as strict C11 without a warning,
# with each compiler that is here; and so does a file that asks the C library for more. (What
# clang says it says before it makes any code.) Prints "ok NAME", "not ok NAME: why",
# "left out: what".
#
#     sh tests/proof/alone.sh 01_lookup
set -u
LC_ALL=C
export LC_ALL
name=$1
BUILD=${BUILD:-build}
room=$BUILD/prove.d/alone.$name.d
strict='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'
mkdir -p "$room"
trap 'rm -rf "$room"' EXIT
cat >"$room/asks.c" <<'END'
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <time.h>

extern const clockid_t steady;
const clockid_t steady = CLOCK_MONOTONIC;
END

compile() # claim, compiler, arguments...
{
    claim=$1
    shift
    # shellcheck disable=SC2086  # lists of words
    if "$@" $strict $as >"$room/said.txt" 2>&1; then
        echo "ok $claim"
    else
        echo "not ok $claim: $(grep -m 3 ': error: \|: warning: ' "$room/said.txt" | tr '\n' ' ')"
    fi
}

for compiler in gcc clang; do
    as="-O1 -S -o /dev/null"
    [ "$compiler" = gcc ] || as=-fsyntax-only
    if ! command -v "$compiler" >/dev/null 2>&1; then
        echo "left out: $compiler is not here to compile chapters and solutions alone"
        continue
    fi
    compile "chapters/$name.c compiles alone with $compiler" "$compiler" "chapters/$name.c"
    compile "solutions/$name.c compiles with $compiler" "$compiler" -include "tests/$name.h" \
        "solutions/$name.c"
    compile "behind tests/$name.h a file may ask for what is not in C, with $compiler" "$compiler" \
        -include "tests/$name.h" "$room/asks.c"
done
