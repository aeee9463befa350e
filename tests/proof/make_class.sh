every=$(for f in tests/[0-9][0-9]_*.c; do basename "$f" .c; done)
[ $# -gt 0 ] || set -- $every#!/bin/sh
# Makes a class to grade, with grades that are known beforehand, to test `make grade` with:
#
#     sh tests/proof/make_class.sh FOLDER N_STUDENTS [CHAPTER ...]
#
# N_STUDENTS is 20, or 5-7 for these three of them. FOLDER/class/ gets a folder or an archive for each student, FOLDER/known.csv what
# build/grades/grades.csv must be. A file is made of the chapter itself, with some exercises
# solved, some of the last ones left empty, some answered wrongly (tests/wrong/) or with malice
# (tests/attacks/), or it is broken. What is solved earns the points of tests/points.tsv, what
# is empty, broken or malicious none; what a wrong answer still earns is asked of the test binary
# itself, which must be built, without the grader: make check.
set -u
LC_ALL=C
export LC_ALL
BUILD=${BUILD:-build}
[ $# -ge 2 ] || { echo "Usage: sh tests/proof/make_class.sh FOLDER N_STUDENTS [CHAPTER ...]" >&2; exit 2; }
folder=$1
n_students=${2#*-}
i=0
case $2 in
*-*) i=$((${2%-*} - 1)) ;;
esac
shift 2
[ $# -gt 0 ] || set -- $(for f in tests/[0-9][0-9]_*.c; do basename "$f" .c; done)
flags="-std=c11 -Og -fno-math-errno -ffp-contract=off -w -fPIC -shared"

functions_of() # chapter
{
    awk -F '\t' -v n="$(number_of "$1")" 'int($1) == n && !seen[$2]++ { print $2 }' tests/points.tsv
}

number_of()
{
    n=${1%%_*}
    echo "${n#0}"
}

points_of() # chapter, functions...
{
    chapter=$1
    shift
    awk -F '\t' -v n="$(number_of "$chapter")" -v some=" $* " \
        'int($1) == n && index(some, " " $2 " ") { sum += $4 } END { print sum + 0 }' tests/points.tsv
}

# A file's text, with its own names out of the way: exercises that are not in `keep`, and all
# that is static.
section() # prefix, file, chapter, functions to keep...
{
    prefix=$1
    text=$2
    chapter=$3
    shift 3
    names=$(
        for f in $(functions_of "$chapter"); do
            case " $* " in *" $f "*) ;; *) echo "$f" ;; esac
        done
        sed -n -e 's/^static [^(=[]*[ *]\([A-Za-z_0-9]*\)[(=[].*/\1/p' \
            -e 's/^static [^(=[]*[ *]\([A-Za-z_0-9]*\) =.*/\1/p' \
            -e 's/^enum {* *\([A-Z_0-9]*\) =.*/\1/p' "$text" | sort -u
    )
    for name in $names; do echo "#define $name ${prefix}_$name"; done
    cat "$text"
    for name in $names; do echo "#undef $name"; done
}

# The chapter with some exercises solved; the others stay empty, but for one, $elsewhere,
# that comes behind.
elsewhere=
mixed() # chapter, solved functions...
{
    c=$1
    shift
    kept=
    for f in $(functions_of "$c"); do
        case " $* $elsewhere " in *" $f "*) ;; *) kept="$kept $f" ;; esac
    done
    section mine "chapters/$c.c" "$c" $kept
    [ $# -eq 0 ] || section solution "solutions/$c.c" "$c" "$@"
}

all_but() # chapter, function
{
    functions_of "$1" | grep -vx "$2"
}

# One wrong answer of tests/wrong/ under the name of its exercise, and all others solved. The other
# answers of that file are static, so that the compiler leaves them out: no student hands them in.
wrong() # chapter, name
{
    elsewhere=$(sed -n "s/^WRONG(\([a-z0-9_]*\), [a-z0-9_]*, $2,.*/\1/p" "tests/wrong/$1.c")
    mixed "$1" $(all_but "$1" "$elsewhere")
    printf '#define %s(function, test, name, ...) static __typeof__(function) name;\n' WRONG CAUGHT
    printf '#define CHOSEN(...)\n#define %s %s\n' "$2" "$elsewhere"
    sed "s/^WRONG(\([a-z0-9_]*, [a-z0-9_]*, $2,\)/CHOSEN(\1/" "tests/wrong/$1.c" >"$folder/answers.c"
    section wrong "$folder/answers.c" "$1" $(functions_of "$1")
    elsewhere=
}

attacked() # file: the function that it is about
{
    sed -n '2s/^\/\/ \([a-z0-9_]*\)[ :].*/\1/p' "$1"
}

attack() # chapter, file
{
    elsewhere=$(attacked "$2")
    mixed "$1" $(all_but "$1" "$elsewhere")
    cat "$2"
    elsewhere=
}

broken() # chapter, which
{
    case $(($2 % 3)) in
    0) sed 's/^#include <stdint.h>/#include <stdint.hh>/' "chapters/$1.c" ;;
    1) cat "chapters/$1.c" && echo "int main(void) { return 0 }" ;;
    2) head -c 9000 "chapters/$1.c" && echo "int unfinished(void) {" ;;
    esac
}

builds_with() # its main's name, chapter, file
{
    (ulimit -t 20; ${CC:-cc} $flags "-Dmain=$1" -include "tests/$2.h" "$3" -o "$folder/made.so" -lm) \
        >/dev/null 2>&1 </dev/null
}

builds() # chapter, file; a main that is static and not called is quick to compile
{
    builds_with 'static chapter_main' "$@" || builds_with chapter_main "$@"
}

# What a wrong answer earns, from the test binary itself; unknown if it cannot be told.
earns() # chapter, file
{
    rm -f "$folder/made.tsv"
    ! builds "$1" "$2" ||
        "$BUILD/tests/$1" --submission="$folder/made.so" --results="$folder/made.tsv" >/dev/null 2>&1
    awk -F '\t' '$1 != "end" { sum += $5; all += $4 } $1 == "end" { whole = 1 }
        END { good = whole && sum < all; print good ? sum : "unknown" }' \
        "$folder/made.tsv" 2>/dev/null || echo unknown
}

wrong_names() # chapter
{
    sed -n 's/^WRONG([a-z0-9_]*, [a-z0-9_]*, \([a-z0-9_]*\),.*/\1/p' "tests/wrong/$1.c"
}

# Those whose exercise the chapter has, and that are a file which can be handed in.
attacks_on() # chapter
{
    for f in $(functions_of "$1"); do grep -l "^// $f[ :]" tests/attacks/*.c; done
}

nth() # number, words...
{
    [ $# -gt 1 ] || return 0
    k=$(($1 % ($# - 1) + 2))
    eval "echo \"\${$k}\""
}

mkdir -p "$folder/class" "$folder/variants"
{
    printf student
    for c in $every; do printf ',%s' "$c"; done
    echo ,total
} >"$folder/known.csv"

# A variant is a file without the line that makes it a student's own; its points stand beside it.
variant() # name, points, chapter, what makes it ...
{
    made=$folder/variants/$1
    if [ ! -f "$made.points" ]; then
        "$4" "$3" ${5+"$5"} >"$made.c"
        case $4 in
        wrong) earns "$3" "$made.c" ;;
        attack) if builds "$3" "$made.c"; then echo "$2"; else echo 0; fi ;;
        *) echo "$2" ;;
        esac >"$made.points"
    fi
}

solved_in_part() # chapter, functions in one word
{
    mixed "$1" $2
}

# Of a hundred files, about 34 are solved, 12 empty, 20 solved up to an exercise, 22 wrong in one exercise,
# 6 hostile and 6 broken.
choose() # student's number, chapter
{
    k=$((($1 * 37 + $(number_of "$2") * 11) % 50))
    all=$(functions_of "$2" | tr '\n' ' ')
    if [ $k -lt 17 ]; then
        variant "$2-solved" "$(points_of "$2" $all)" "$2" solved_in_part "$all"
    elif [ $k -lt 23 ]; then
        variant "$2-empty" 0 "$2" mixed
    elif [ $k -lt 33 ]; then
        n=$((($1 + k) % $(echo "$all" | wc -w)))
        some=$(echo "$all" | cut -d " " -f "1-$((n > 0 ? n : 1))")
        variant "$2-first-$n" "$(points_of "$2" $some)" "$2" solved_in_part "$some"
    elif [ $k -lt 44 ]; then
        name=$(nth $((($1 * 7) % 20)) $(wrong_names "$2" | awk 'NR % 5 == 1'))
        variant "$2-$name" unknown "$2" wrong "$name"
        grep -q unknown "$made.points" && variant "$2-solved" "$(points_of "$2" $all)" "$2" solved_in_part "$all"
    elif [ $k -lt 47 ]; then
        file=$(nth "$1" $(attacks_on "$2" | awk 'NR % 4 == 1'))
        if [ -n "$file" ]; then
            f=$(attacked "$file")
            variant "$2-$(basename "$file" .c)" "$(points_of "$2" $(all_but "$2" "$f"))" "$2" attack "$file"
        else
            variant "$2-empty" 0 "$2" mixed
        fi
    else
        variant "$2-broken-$(($1 % 3))" 0 "$2" broken "$1"
    fi
}

# As course systems and students hand in: plain, in folders, zipped, packed, the whole course.
hand_in() # student's number, its folder of files
{
    who=$(basename "$2")
    class=$folder/class
    case $(($1 % 10)) in
    1) (cd "$2/.." && zip -q -r "$class/$who.zip" "$who") 2>/dev/null || mv "$2" "$class" ;;
    2) mkdir -p "$class/$who" && tar -C "$2/.." -czf "$class/$who/handed in.tar.gz" "$who" ;;
    3) mkdir -p "$class/$who/a/deep folder" && mv "$2" "$class/$who/a/deep folder/files" ;;
    4) mkdir -p "$class/$who/solutions" "$class/$who/tests" &&
        cp solutions/*.c "$class/$who/solutions" && cp tests/[0-9]*.c "$class/$who/tests" &&
        cp Makefile "$class/$who" && mv "$2" "$class/$who/chapters" ;;
    5) mv "$2" "$class" && ln -s /etc/passwd "$class/$who/99_link.c" && echo all: >"$class/$who/Makefile" ;;
    *) mv "$2" "$class" ;;
    esac
    rm -rf "${folder:?}/now/$who"
}

folder=$(cd "$folder" && pwd)
while [ "$i" -lt "$n_students" ]; do
    i=$((i + 1))
    who=$(printf 'student %03d' "$i")
    mkdir -p "$folder/now/$who"
    total=0
    row="\"$who\""
    for c in $every; do
        case " $* " in
        *" $c "*) ;;
        *) row=$row, && continue ;;
        esac
        choose "$i" "$c"
        { cat "$made.c" && echo "// handed in by $who"; } >"$folder/now/$who/$c.c"
        points=$(cat "$made.points")
        row=$row,$points
        total=$((total + points))
    done
    echo "$row,$total" >>"$folder/known.csv"
    hand_in "$i" "$folder/now/$who"
done
rm -f "$folder/answers.c"
rmdir "$folder/now"
