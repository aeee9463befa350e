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

# What can be set, if anything can; and the least that the program may learn.
"$BUILD/$name" settings >"$room/settings.tsv" 2>/dev/null </dev/null
lists_settings=$?
least=$(awk -F '\t' '$1 ~ /^(passes|states|turns)$/ { print $1 "=" $4 }
    $1 == "every" { print $1 "=" $5 }' "$room/settings.tsv")

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

# A line fits on a terminal of 80 columns. (What continues a character of UTF-8 counts nothing.)
claim="$name, solved, prints no line of more than 80 columns"
long=$(tr -d '\200-\277' <"build/output/$name.txt" 2>/dev/null |
    awk 'length($0) > 80 { print NR ": " $0; exit }')
if [ -z "$long" ]; then echo "ok $claim"; else echo "not ok $claim: line $long"; fi

# And there is not too much of it: titles and empty lines apart.
claim="$name, solved, prints at most 60 lines"
lines=$(grep -v '^==' "build/output/$name.txt" 2>/dev/null | grep -c .)
if [ "$lines" -le 60 ]; then echo "ok $claim"; else echo "not ok $claim: $lines, titles and empty ones apart"; fi

# ------------------------------------------------------------------ what can be set
# One line, exit code 2, and nothing else: for a name that is none, and for values on both
# sides of each setting's range. Its own default is no news to a setting.
wrong_settings() # one a line
{
    echo nonsense=1
    echo nonsense
    awk -F '\t' '{ s = $1 "=" }
        $2 == "text" { x = sprintf("%" $5 + 1 "s", ""); gsub(/ /, "x", x); print s x; next }
        { print s; print s $3 "x"; print s "nan"; print s $4 - 1
            printf "%s%.0f\n", s, $5 + 1 + $5 / 1000 }' "$room/settings.tsv"
}

if [ $lists_settings -eq 0 ] && ! diff "$room/settings.tsv" "$room/unsolved.txt" >/dev/null; then
    bad=$(awk -F '\t' '$6 == "" { print $1 " has no help" }' "$room/settings.tsv")
    [ -s "$room/settings.tsv" ] || bad="there is nothing to set"
    wrong_settings >"$room/refused.txt"
    while IFS= read -r setting; do
        "$BUILD/$name" "$setting" >"$room/said.txt" 2>&1 </dev/null
        status=$?
        { read -r line && ! read -r more && [ -z "$more" ]; } <"$room/said.txt" && [ $status -eq 2 ] ||
            bad="${bad:-$setting: $(said "$room/said.txt")}"
    done <"$room/refused.txt"
    claim="$name refuses settings out of their range"
    if [ -z "$bad" ]; then echo "ok $claim"; else echo "not ok $claim: $bad"; fi
fi

# ------------------------------------------------------------------ files that anybody made
# With hostile=N a program makes N broken files, opens them, and holds those that open to
# their promises: here with every access to memory watched. What a file has freed is watched
# for the next thousands of files, not to the end.
if grep -q '^hostile	' "$room/settings.tsv" 2>/dev/null; then
    claim="$name stands 200,000 hostile files"
    if "${CC:-cc}" -std=c11 -Og -w -fsanitize=address,undefined -fno-sanitize-recover=all \
        -include "tests/$name.h" "chapters/$name.c" "solutions/$name.c" -o "$room/watched" -lm \
        >"$room/said.txt" 2>&1 &&
        ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16 \
            "$room/watched" hostile=200000 "seed=${SEED:-1}" >"$room/said.txt" 2>&1; then
        echo "ok $claim"
    elif ! echo 'int main(void) { return 0; }' | "${CC:-cc}" -x c - -fsanitize=address,undefined \
        -o "$room/watched" >/dev/null 2>&1; then
        echo "left out: the compiler cannot watch $name open hostile files"
    else
        echo "not ok $claim: $(said "$room/said.txt")"
    fi
fi

# A file that the reader names, and that is broken: one sentence, and nothing else.
for variable in TABLE GPT2; do
    grep -q "getenv(\"$variable\")" "chapters/$name.c" || continue
    case $variable in
    TABLE) whole=chapters/data/glove/glove_100d_10000.bin ;;
    GPT2) whole=chapters/data/six_novels.safetensors ;;
    esac
    : >"$room/nothing"
    head -c 5 "$whole" >"$room/start"
    head -c 400000 "$whole" >"$room/cut"
    { cat "$whole" && echo more; } >"$room/longer"
    awk 'BEGIN { for (n = 0; n < 200; n++) print "w" n " 0.5", n < 150 ? "0.25" : "" }' >"$room/uneven"
    awk 'BEGIN { for (n = 0; n < 200; n++) print "w" n " 0.5", n < 150 ? "0.25" : "nan" }' >"$room/nan"
    bad=
    for file in nowhere . nothing start cut longer uneven nan; do
        env "$variable=$room/$file" FIGURES="$room" "$BUILD/solution/$name" >"$room/said.txt" 2>&1 </dev/null
        [ $? -eq 1 ] && [ "$(wc -l <"$room/said.txt")" -eq 1 ] || bad="${bad:-$file: $(said "$room/said.txt")}"
    done
    claim="$name says in one sentence what is wrong with the file that $variable= names"
    if [ -z "$bad" ]; then echo "ok $claim"; else echo "not ok $claim: $bad"; fi
done

# ------------------------------------------------------------------ texts as people have them
# What is no text to learn from gets one sentence. A book with a frame, a byte order mark, CRLF
# and printed apostrophes gives the numbers of the same book without them. And a text that is
# barely long enough is read to its end (SAN=1 looks at every access).
if grep -q 'getenv("TEXT")' "chapters/$name.c"; then
    case $BUILD in /*) solved=$BUILD/solution/$name ;; *) solved=$PWD/$BUILD/solution/$name ;; esac
    novel=$PWD/chapters/data/austen/emma.txt
    ln -s "$PWD/chapters" "$room/chapters" # for what else it reads

    read_by() # text, settings: what the solved program says, in the room, for its tables are saved
    {
        (cd "$room" && TEXT=$1 && shift && export TEXT && FIGURES=. "$solved" "$@" </dev/null)
    }

    bad=
    : >"$room/nothing"
    head -c 5000 /dev/zero >"$room/zeros"
    # A program that learns words needs words; others may read any text that is there.
    learns=
    if grep -q 'cut_frame' "chapters/$name.c"; then
        learns='blank one two four other-alphabet one-word few late'
        printf '\n' >"$room/blank"
        printf 'word' >"$room/one"
        printf 'two words' >"$room/two"
        printf 'four words are here\n' >"$room/four"
        awk 'BEGIN { for (n = 0; n < 9000; n++) printf "\320\264\320\260, " }' >"$room/other-alphabet"
        awk 'BEGIN { for (n = 0; n < 9000; n++) print "again" }' >"$room/one-word"
        awk 'BEGIN { for (n = 0; n < 3000; n++) print "a few words that come back" }' >"$room/few"
        awk 'BEGIN { for (n = 0; n < 100000; n++)
            printf "w%s ", n < 97500 ? "" : sprintf("%c%c%c", 97 + n % 26, 97 + n / 26 % 26, 97 + n / 676 % 26) }' >"$room/late"
    fi
    for text in . nowhere nothing zeros $learns; do
        read_by "$text" >"$room/said.txt" 2>&1
        [ $? -eq 1 ] && [ "$(wc -l <"$room/said.txt")" -eq 1 ] || bad="${bad:-$text: $(said "$room/said.txt")}"
    done
    claim="$name says in one sentence what is no text to learn from"
    if [ -z "$bad" ]; then echo "ok $claim"; else echo "not ok $claim: $bad"; fi

    if [ -z "$learns" ]; then
        # Whoever learns pieces of words from it finds very long ones.
        awk 'BEGIN { for (n = 0; n < 60000; n++) printf "a" }' >"$room/long"
        claim="$name prints no more than pages of a word of 60,000 letters"
        size=$(read_by long 2>&1 | wc -c)
        if [ "$size" -lt 20000 ]; then echo "ok $claim"; else echo "not ok $claim: $((size)) bytes"; fi
    fi
fi

if [ -n "${learns:-}" ]; then
    # A page of the novel, and words that are just enough; a text is read as a whole, then learnt
    # from, once, to its end.
    {
        head -c 12000 "$novel"
        echo
        awk 'BEGIN { for (r = 0; r < 5; r++) for (n = 0; n < 1330; n++)
            printf "q%c%c%c%s", 97 + n % 26, 97 + int(n / 26) % 26, 97 + int(n / 676), n % 12 ? " " : "\n" }'
    } >"$room/barely"
    {
        printf '\357\273\277A title\n*** START OF THE PROJECT GUTENBERG EBOOK A NOVEL ***\n'
        sed "s/'/$(printf '\342\200\231')/g" "$room/barely"
        printf '\n*** END OF THE PROJECT GUTENBERG EBOOK A NOVEL ***\n'
        awk 'BEGIN { for (n = 0; n < 900; n++) print "this licence isn\047t the novel" }'
    } | sed "s/\$/$(printf '\r')/" >"$room/book"
    once=$(echo $least | sed 's/passes=[^ ]*/passes=1/')
    claim="$name reads a text that is barely long enough"
    if (PASSES=1 && export PASSES && read_by barely $once) >"$room/barely.txt" 2>&1; then
        echo "ok $claim"
    else
        echo "not ok $claim: $(said "$room/barely.txt")"
    fi

    read_by book $once >"$room/book.txt" 2>&1
    claim="$name reads a framed book as it reads the novel"
    without_times "$room/barely.txt" | sed 's/barely/TEXT/; /^the tables are/d' >"$room/wanted.txt"
    without_times "$room/book.txt" | sed 's/book/TEXT/; /^the tables are/d; 1d' >"$room/got.txt"
    if [ -s "$room/wanted.txt" ] && grep -q 'between its lines' "$room/book.txt" &&
        diff "$room/wanted.txt" "$room/got.txt" >"$room/diff.txt"; then
        echo "ok $claim"
    else
        echo "not ok $claim: $(said "$room/book.txt") $(head -n 4 "$room/diff.txt" | tr '\n' ';')"
    fi
fi
