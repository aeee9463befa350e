#!/bin/sh
# Runs the program of a chapter, unsolved and solved, and compares what it prints with
# tests/expected/. Prints "ok NAME" and "not ok NAME: why".
#
#     sh tests/proof/program.sh 01_lookup
set -u
LC_ALL=C
export LC_ALL
name=$1
BUILD=${BUILD:-build}
room=$BUILD/prove.d/program.$name
rm -rf "$room"
mkdir -p "$room"
trap 'rm -rf "$room"' EXIT

said() # file: its last lines as one
{
    tail -n 5 "$1" | tr '\n' ' '
}

# A measured number, "~1.3", is another one every time, and may be wider than the last.
without_times()
{
    sed -e 's/~[^ ]*/~/g' -e 's/  */ /g' -e 's/ $//' "$1"
}

claim="$name runs to its end with every exercise unwritten"
if FIGURES=$room "$BUILD/$name" >"$room/unsolved.txt" 2>&1 </dev/null &&
    [ -s "$room/unsolved.txt" ]; then
    echo "ok $claim"
else
    echo "not ok $claim: $(said "$room/unsolved.txt")"
fi

claim="$name, solved, prints what is expected"
if ! "${MAKE_COMMAND:-make}" "build/output/$name.txt" >"$room/make.txt" 2>&1; then
    echo "not ok $claim: $(said "$room/make.txt")"
elif [ ! -s "tests/expected/$name.txt" ]; then
    echo "not ok $claim: tests/expected/$name.txt is missing or empty"
else
    without_times "build/output/$name.txt" >"$room/got.txt"
    without_times "tests/expected/$name.txt" >"$room/wanted.txt"
    if diff "$room/wanted.txt" "$room/got.txt" >"$room/diff.txt"; then
        echo "ok $claim"
    else
        echo "not ok $claim: $(grep -c '^>' "$room/diff.txt") lines differ, first" \
            "$(grep '^[<>]' "$room/diff.txt" | head -n 6 | sed 's/^</wanted/; s/^>/got/' | tr '\n' ';')"
    fi
fi
