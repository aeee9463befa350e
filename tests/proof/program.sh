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

# ------------------------------------------------------------------ what can be set
# One line, exit code 2, and nothing else: for a name that is none, and for values on both
# sides of each setting's range. Its own default is no news to a setting.
refused() # argument
{
    "$BUILD/$name" "$1" >"$room/said.txt" 2>&1 </dev/null
    [ $? -eq 2 ] && [ "$(wc -l <"$room/said.txt")" -eq 1 ] || bad="${bad:-$1: $(said "$room/said.txt")}"
}

if "$BUILD/$name" settings >"$room/settings.tsv" 2>/dev/null </dev/null &&
    ! diff "$room/settings.tsv" "$room/unsolved.txt" >/dev/null; then
    bad=
    sed 's/		/	-	/' "$room/settings.tsv" >"$room/table.tsv" # blanks between fields fall together
    refused nonsense=1
    refused nonsense
    while IFS='	' read -r setting kind standard least most help; do
        [ -n "$help" ] || bad="${bad:-$setting has no help}"
        case $kind in
        text) refused "$setting=$(head -c "$((most + 1))" /dev/zero | tr '\0' x)" ;;
        *)
            refused "$setting="
            refused "$setting=${standard}x"
            refused "$setting=nan"
            refused "$setting=$(awk "BEGIN { print $least - 1 }")"
            refused "$setting=$(awk "BEGIN { printf \"%.0f\", $most + 1 + $most / 1000 }")"
            ;;
        esac
    done <"$room/table.tsv"
    [ -s "$room/settings.tsv" ] || bad="${bad:-there is nothing to set}"
    claim="$name refuses settings out of their range"
    if [ -z "$bad" ]; then echo "ok $claim"; else echo "not ok $claim: $bad"; fi
fi

# ------------------------------------------------------------------ files that anybody made
# With hostile=N a program makes N broken files, opens them, and holds those that open to
# their promises: here with every access to memory watched.
if grep -q '^hostile	' "$room/settings.tsv" 2>/dev/null; then
    claim="$name stands 200,000 hostile files"
    if ! echo 'int main(void) { return 0; }' | "${CC:-cc}" -x c - -fsanitize=address,undefined \
        -o "$room/watched" >/dev/null 2>&1; then
        echo "left out: the compiler cannot watch $name open hostile files"
    elif "${CC:-cc}" -std=c11 -O1 -g -w -fsanitize=address,undefined -fno-sanitize-recover=all \
        -include "tests/$name.h" "chapters/$name.c" "solutions/$name.c" -o "$room/watched" -lm \
        >"$room/said.txt" 2>&1 &&
        "$room/watched" hostile=200000 "seed=${SEED:-1}" >"$room/said.txt" 2>&1; then
        echo "ok $claim"
    else
        echo "not ok $claim: $(said "$room/said.txt")"
    fi
fi

# ------------------------------------------------------------------ a text that can be set
# One line, and no crash, for whatever is no text to train on: the last one here has all its
# different words behind the part that is trained on.
if grep -q 'getenv("TEXT")' "chapters/$name.c"; then
    bad=
    : >"$room/empty.txt"
    echo word >"$room/one.txt"
    awk 'BEGIN { for (i = 0; i < 3000; i++) print "a few words that come back" }' >"$room/few.txt"
    awk 'BEGIN {
        for (i = 0; i < 100000; i++)
            printf "w%s ", i < 97500 ? "" : sprintf("%c%c%c", 97 + i % 26, 97 + i / 26 % 26, 97 + i / 676 % 26)
    }' >"$room/late.txt"
    head -c 5000 /dev/zero >"$room/zeros.txt"
    for text in "$room" "$room/nowhere.txt" "$room/empty.txt" "$room/one.txt" "$room/few.txt" "$room/late.txt" "$room/zeros.txt"; do
        FIGURES=$room TEXT=$text "$BUILD/solution/$name" >"$room/said.txt" 2>&1 </dev/null
        status=$?
        [ "$status" -gt 0 ] && [ "$status" -lt 3 ] && [ "$(wc -l <"$room/said.txt")" -eq 1 ] ||
            bad="${bad:-${text##*/} (exit code $status): $(said "$room/said.txt")}"
    done
    claim="$name refuses a text that is none with one sentence"
    if [ -z "$bad" ]; then echo "ok $claim"; else echo "not ok $claim: $bad"; fi
fi
