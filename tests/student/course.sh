#!/bin/sh
# What the Makefile's commands call. POSIX sh, run from the course's root: sh tests/student/course.sh COMMAND ...
# Nothing here knows a chapter by name: it reads chapters/NN_*.c.
# shellcheck disable=SC2086  # lists of words are split on purpose
set -u
LC_ALL=C
export LC_ALL
BUILD=${BUILD:-build}
MAKE_COMMAND=${MAKE_COMMAND:-make}
newline='
'

# All that is said passes through here: no line is longer than 80 columns.
say()
{
    printf '%s\n' "$*" | awk -f tests/student/plain.awk
}

indented()
{
    awk -v indent=4 -f tests/student/plain.awk
}

die()
{
    say "$1" >&2
    exit "${2:-1}"
}

commas()
{
    echo "$*" | sed 's/ /, /g'
}

# ------------------------------------------------------------------ the chapters
# A chapter is a file chapters/NN_name.c. Nothing else says that it exists. Of two files with one
# number the one that has a solution is the chapter; if nothing tells them apart both are, and
# that is refused.
chapter_files()
{
    for file in chapters/[0-9][0-9]_*.c; do
        [ -f "$file" ] && is_the_chapter "$file" && printf '%s\n' "$file"
    done
}

is_the_chapter() # file
{
    mine=${1#chapters/}
    case $mine in
    *[!A-Za-z0-9_.-]*) return 1 ;;
    [0-9][0-9]_*) ;;
    *) return 1 ;;
    esac
    for rival in "chapters/${mine%%_*}"_*.c; do
        [ "$rival" = "$1" ] || [ -f "solutions/$mine" ] || [ ! -f "solutions/${rival#chapters/}" ] || return 1
    done
}

names()
{
    for file in $(chapter_files); do
        name_of "$file"
    done
}

left_aside() # chapter file ("" = all): says which files are not read
{
    number=${1#chapters/}
    ours=" $(echo $(chapter_files)) "
    for other in "chapters/${number%%_*}"*.c; do
        case $ours in
        *" $other "*) continue ;;
        esac
        number=${other#chapters/}
        number=${number%%_*}
        chapter=$(chapter_of "$number")
        if [ ! -e "$other" ] && [ ! -h "$other" ]; then
            continue
        elif [ ! -f "$other" ]; then
            say "$other is left aside: it is no ordinary file."
        elif [ -n "$chapter" ]; then
            say "$other is left aside: chapter ${number#0} is $chapter."
        else
            say "$other is left aside: a chapter is called NN_name.c."
        fi
    done
}

# Nothing that is missing makes the work smaller: of each chapter that has tests, in a sentence.
missing() # two digits, or "" for all
{
    for tests in tests/${1:-[0-9][0-9]}_*.c; do
        file=chapters/${tests#tests/}
        if [ -f "$tests" ] && [ ! -f "$file" ]; then
            empty="git checkout $file brings back the empty one"
            [ -e .git ] || empty="the course as you got it has the empty one"
            echo "$file is missing: it may be in .backup/, and $empty"
        fi
    done
}

two_digits() # 1 -> 01
{
    case $1 in
    [0-9]) echo "0$1" ;;
    [0-9][0-9]) echo "$1" ;;
    *) echo none ;;
    esac
}

name_of() # chapters/01_lookup.c -> 01_lookup
{
    n=${1##*/}
    printf '%s\n' "${n%.c}"
}

number_of() # 01_lookup, or chapters/01_lookup.c -> 1
{
    n=${1##*/}
    n=${n%%_*}
    printf '%s\n' "${n#0}"
}

chapter_of() # number -> file
{
    case $1 in
    [0-9]) set -- "0$1" ;;
    esac
    for file in "chapters/$1"_*.c; do
        [ -f "$file" ] && is_the_chapter "$file" && printf '%s\n' "$file"
    done
}

read_exercises() # command, chapter file, ...: see there
{
    awk -f tests/student/exercises.awk "$@"
}

question_of()
{
    read_exercises question "$1"
}

all_exercises()
{
    for file in $(chapter_files); do
        read_exercises list "$file"
    done | cut -f 1
}

file_of_exercise() # 1.3 -> chapters/01_lookup.c
{
    for file in $(chapter_of "${1%%.*}"); do
        if read_exercises list "$file" | cut -f 1 | grep -qxF -e "$1"; then
            printf '%s\n' "$file"
        fi
    done
}

one_field() # file, exercise, column
{
    read_exercises list "$1" | awk -F '\t' -v e="$2" -v c="$3" '$1 "" == e "" { print $c; exit }'
}

# What is wrong with a chapter as a text, in a sentence, or nothing.
text_fault()
{
    fault=$(no_text "$1")
    if [ -n "$fault" ]; then
        printf '%s\n' "$fault"
    else
        read_exercises fault "$1" tests/points.tsv
    fi
}

no_text() # chapter file
{
    if [ ! -r "$1" ]; then
        echo "$1 cannot be read."
    elif [ ! -s "$1" ]; then
        echo "$1 is empty. Older versions of yours may be in .backup/."
    elif ! tr -d '\000' <"$1" | cmp -s - "$1"; then
        echo "$1 is not plain text (was it saved as UTF-16?): save it as UTF-8."
    fi
}

# ------------------------------------------------------------------ what is refused
# One sentence about what was asked for and cannot be done, or nothing. The Makefile says it.
refuse() # what is no command, all that was asked for, exercise, compiler, what links Criterion, build folder
{
    case $6 in
    *[[:space:]\$\`\"\'\\\;:\#%=\&\|\<\>\(\)\*\?,{}]* | *\[* | *\]* | -* | \~* | . | .. | */. | */.. | /)
        echo "BUILD= is the name of a folder, without blanks and without signs that make or a shell reads"
        return
        ;;
    esac
    set -f
    for goal in $1; do
        set +f
        case $goal in
        chapter* | check* | solution* | watch*)
            said=$(missing "$(two_digits "${goal##*[a-z]}")")
            [ -z "$said" ] || { first_line "$said" && return; }
            [ -n "$(names)" ] || { echo "There are no chapters here: chapters/NN_name.c is where they live" && return; }
            echo "There is no \"$goal\": the chapters are $(commas $(numbers))" ;;
        *[0-9].[0-9]*) echo "An exercise comes behind E=, for example: make hint E=1.1" ;;
        *) echo "There is no command \"$goal\": make help lists them" ;;
        esac
        return
    done
    set +f
    for goal in $2; do
        said=$(refuse_goal "$goal" "$3")
        [ -z "$said" ] || { first_line "$said" && return; }
    done
    case " $2 " in
    *' setup '* | *' clean '* | ' help ') return ;;
    esac
    case " $2 " in
    *' check '* | *' docs '* | *' test '* | *' grade '* | *' gradescope '* | *' bench '*)
        said=$(missing "")
        [ -z "$said" ] || { first_line "$said" && return; }
        ;;
    esac
    before=
    for file in $(chapter_files); do
        number=${file#chapters/}
        number=${number%%_*}
        if [ "$number" = "$before" ]; then
            echo "Two files are chapter ${number#0}; keep one of them: $(commas $(chapter_of "$number"))"
            return
        fi
        before=$number
    done
    for goal in ${2:-board}; do
        said=$(refuse_machine "$goal" "$4" "$5" "$6")
        [ -z "$said" ] || { first_line "$said" && return; }
    done
}

first_line()
{
    printf '%s\n' "$1" | head -n 1
}

numbers()
{
    for name in $(names); do
        number_of "$name"
    done
}

refuse_goal() # command, exercise
{
    case $1 in
    hint | reset)
        set -- "$1" "$(printf '%s' "$2" | tr '\n' ' ')"
        fault=$(for file in $(chapter_of "${2%%.*}"); do text_fault "$file"; done)
        if [ -n "$fault" ]; then
            echo "${fault%.}"
        elif [ -z "$2" ]; then
            echo "Say which exercise, for example: make $1 E=$(all_exercises | head -n 1)"
        elif [ -z "$(file_of_exercise "$2")" ]; then
            said=$(missing "$(two_digits "${2%%.*}")")
            echo "${said:-There is no exercise \"$2\": make lists them}"
        fi
        ;;
    check[0-9]*)
        name=$(name_of "$(chapter_of "${1#check}")")
        [ -f "tests/$name.c" ] || echo "Chapter ${1#check} has no tests yet: tests/$name.c is where they live"
        ;;
    solution[0-9]*)
        name=$(name_of "$(chapter_of "${1#solution}")")
        [ -f "solutions/$name.c" ] || echo "Chapter ${1#solution} has no solution yet: solutions/$name.c is where it lives"
        ;;
    esac
}

folder() # its path; it is there, or is made
{
    [ -d "$1" ] || mkdir -p "$1"
}

can_write() # folder
{
    tiny=$1/tiny-$$
    (folder "$1" && printf '%5000s' ' ' >"$tiny") 2>/dev/null
    wrote=$?
    rm -f "$tiny" 2>/dev/null
    return "$wrote"
}

cannot_write() # folder
{
    echo "Nothing can be written to $1/: is the disk full, or is the folder somebody else's?"
}

refuse_machine() # command, compiler, what links Criterion, build folder
{
    case $1 in
    chapter* | check* | solution* | docs | test | grade | grade-merge | bench | gradescope)
        can_write "$4" || { cannot_write "$4" && return; }
        ;;
    esac
    refuse_tools "$@"
}

refuse_tools() # the same
{
    case $1 in
    hint | reset | doctor | help | board | watch*) return ;;
    esac
    compiler=${2%% *}
    if ! command -v "$compiler" >/dev/null 2>&1; then
        echo "There is no C compiler \"$compiler\" here: make setup installs one"
        return
    fi
    case $1 in
    check* | test | grade)
        [ -n "$3" ] || echo "make $1 needs Criterion, the C testing framework: make setup installs it" ;;
    docs) command -v pandoc >/dev/null 2>&1 || echo "make docs needs pandoc: make setup installs it" ;;
    esac
}

# ------------------------------------------------------------------ building
# Under watch the word to stop comes as a signal, and a shell hears it only while it waits.
stoppable()
{
    if [ -z "${WATCHED:-}" ]; then
        ("$@")
        return
    fi
    "$@" &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 143' TERM
    wait "$child"
    ended=$?
    trap - TERM
    return "$ended"
}

# Builds parts of a chapter, and keeps in built/ the text that they were built from: by that, and
# not by the time stamps alone, is known what must be built again.
build() # name, log, what
{
    source=chapters/$1.c
    copy=$BUILD/built/$1-$$.c
    built=$BUILD/built/$1.c
    said=$2
    shift 2
    (folder "$BUILD/built" && cat "$source" >"$copy" && : >"$said") 2>/dev/null || return 1
    anew=
    cmp -s "$copy" "$built" || anew="-W $source"
    if ! stoppable make_quietly "$said" $anew "$@"; then
        rm -f "$copy"
        return 1
    fi
    if ! cmp -s "$copy" "$source"; then
        rm -f "$copy"
        die "$source has changed while it was built: try again."
    fi
    mv -f "$copy" "$built"
}

make_quietly() # log, what
{
    log=$1
    shift
    unset MAKEFLAGS MFLAGS MAKELEVEL
    CRITERION=${CRITERION:-no}
    export CRITERION
    exec "$MAKE_COMMAND" --no-print-directory -j 2 "$@" </dev/null >"$log" 2>&1
}

# Why something was not built: the student's file is named only if the compiler is well.
not_built() # chapter file, log
{
    fault=$(machine_fault "$2")
    if [ -n "$fault" ]; then
        say "$fault"
    elif grep -q 'internal compiler error' "$2"; then
        grep 'internal compiler error' "$2" | head -n 1
        say "The compiler itself broke down; $1 is not to blame. Another one may do: make chapter$(number_of "$1") CC=clang, or OPT=-O1."
    elif grep -q "^$1:[0-9][0-9:]* *[a-z ]*error" "$2"; then
        does_not_compile "$1" "$2"
    elif grep -q 'undefined reference to\|undefined symbol: \|Undefined symbols' "$2"; then
        fault=$(misnamed "$1")
        if [ -n "$fault" ]; then
            say "$fault"
        else
            does_not_link "$1" "$2"
        fi
    else
        grep -v '^make\|^chapters/.* does not ' "$2" | tail -n 4
        say "This was not built, and $1 is not to blame: the lines above say why."
    fi
}

# The sentence if this machine cannot build even an empty program.
machine_fault() # log
{
    tiny=$BUILD/tiny-$$
    if ! [ -f "$1" ] || ! printf '#include <math.h>\n#include <stdio.h>\n\nint main(void)\n{\n    return 0;\n}\n' 2>/dev/null >"$tiny.c"; then
        cannot_write "$BUILD"
    elif ! said=$(${CC:-cc} ${COURSE_FLAGS:-} "$tiny.c" -o "$tiny" ${LDFLAGS:-} -lm 2>&1); then
        echo "The compiler, ${CC:-cc}, cannot build even an empty program here: $(printf '%s\n' "$said" | grep . | head -n 1)"
    fi
    rm -rf "$tiny" "$tiny.c" "$tiny.dSYM" 2>/dev/null
}

# The first error with the lines that belong to it, and one sentence.
does_not_compile() # chapter file, log
{
    awk -v file="$1:" '
        /^make[^ ]*: / { next }
        index($0, file) == 1 && / error/ { n++ }
        n == 1 && seen++ && / (error|warning): |: (In function|At top level)/ { n = 2 }
        n == 1 && shown++ < 12 { print }' "$2"
    at=$(sed -n "s|^$1:\([0-9]*\):.*error.*|\1|p" "$2" | head -n 1)
    errors=$(grep -c "^$1:[0-9][0-9:]* *[a-z ]*error" "$2")
    where=$(read_exercises list "$1" | awk -F '\t' -v at="$at" '
        at >= $4 && at <= $6 { printf ", in exercise %s, %s", $1, $2; exit }')
    more=
    [ "$errors" -eq 1 ] || more=" ($errors errors in all)"
    say "$1 does not compile: the first error is in line $at$where$more."
    first=$(sed -n "s|^$1:[0-9].*error: ||p" "$2" | head -n 1)
    case $first in
    *'must be public'* | *'definition is not allowed here'* | *'invalid storage class for function'*)
        say "A function cannot begin there: is a } missing above it?"
        ;;
    esac
    if grep -q "^$1:.*\(conflicting types\|static declaration of\)" "$2" && [ -n "$where" ]; then
        say "The first line of that function must be the one in tests/$(name_of "$1").h."
    fi
}

lacks() # log: the first function that the linker did not find
{
    sed -n "s/.*undefined reference to [\`']\([A-Za-z0-9_]*\)'.*/\1/p; s/.*undefined symbol: \([A-Za-z0-9_]*\).*/\1/p; s/^ *\"_\([A-Za-z0-9_]*\)\", referenced from.*/\1/p" "$1" | head -n 1
}

does_not_link() # chapter file, log
{
    called=$(lacks "$2")
    say "$1 does not build: it calls ${called:-a function}, and there is no function of that name.$(perhaps "$1" "$called")"
}

perhaps() # chapter file, name: is another one meant?
{
    read_exercises near "$1" "$2" | awk -F '\t' '{ printf " Is it %s, line %d, that is meant?", $1, $2 }'
}

# An exercise without its function, in a sentence, or nothing.
misnamed()
{
    read_exercises list "$1" | awk -F '\t' '$5 == "missing" { print $1, $2, $4; exit }' |
        while read -r exercise function at; do
            echo "Exercise $exercise ($1, line $at) wants a function called $function, and the file has none of that name.$(perhaps "$1" "$function")"
        done
}

# What lies beside a chapter is not handed in with it.
includes_more() # chapter file
{
    sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$1" 2>/dev/null | tr -c ' -~\n' '?' | head -n 1 |
        while read -r other; do
            say "$1 includes $other, and is alone when it is handed in: put what it needs into the chapter."
        done
}

# Before anything is built.
is_a_chapter() # chapter file
{
    left_aside "$1"
    includes_more "$1"
    fault=$(text_fault "$1")
    [ -z "$fault" ] || die "$fault"
}

# ------------------------------------------------------------------ what the tests said
# Of one chapter: number, function, title, line, verdict, test, message; a line an exercise.
verdicts_of()
{
    read_exercises verdicts "$1" "$BUILD/results/$(name_of "$1").tsv"
}

# A results file counts only if its last line says how many rows came before it.
is_whole()
{
    [ -f "$1" ] && awk -F '\t' '{ n++; if ($1 == "end" && $2 == n - 1) ok = 1; else ok = 0 }
        END { exit !(ok && n > 1) }' "$1"
}

unescaped()
{
    awk '{
        out = ""
        for (i = 1; i <= length($0); i++) {
            c = substr($0, i, 1)
            if (c == "\\") {
                c = substr($0, ++i, 1)
                c = c == "n" ? "\n" : c == "t" ? "\t" : c
            }
            out = out c
        }
        print out
    }'
}

# Keeps what the tests said, and beside it the text that they said it of.
judge() # name, where the tests' own words go ("" = here); 2 = the tests could not run
{
    folder "$BUILD/results"
    results=$BUILD/results/$1.tsv
    new=$BUILD/results/$1-$$.tsv
    rm -f "$results"
    cp "$BUILD/built/$1.c" "${results%.tsv}.c"
    if [ -n "$2" ]; then
        stoppable run_tests "$1" "$new" >"$2" 2>&1
    else
        stoppable run_tests "$1" "$new"
    fi
    status=$?
    if [ "$status" -gt 1 ] || ! is_whole "$new"; then
        rm -f "$new"
        return 2
    fi
    mv -f "$new" "$results"
    return "$status"
}

run_tests() # name, results file
{
    exec "$BUILD/tests/$1" --submission="$BUILD/check/$1.so" --results="$2" </dev/null
}

# ------------------------------------------------------------------ the next step
# From a chapter's verdicts on stdin: the row to look at next. What is wrong comes before what
# is not written, since somebody is at work on it.
next_row()
{
    awk -F '\t' '
        $5 == "done" { next }
        $5 == "written" { if (!unchecked) unchecked = $0; next }
        $5 == "not written" { if (!unwritten) unwritten = $0; next }
        !wrong { wrong = $0 }
        END {
            if (wrong) print wrong
            else if (unwritten) print unwritten
            else if (unchecked) print unchecked
        }'
}

next_step() # chapter file, its verdicts; prints the one thing to do now, or nothing if it is done
{
    IFS='	' read -r exercise function at verdict <<END
$(printf '%s\n' "$2" | next_row | cut -f 1,2,4,5)
END
    [ -n "$exercise" ] || return 0
    n=$(number_of "$1")
    verb='mend'
    case $verdict in
    missing)
        say "Next: $(misnamed "$1")"
        return
        ;;
    written)
        if [ -n "$(sh tests/student/setup.sh criterion)" ]; then
            say "Next: make chapter$n runs your chapter and checks what you wrote."
        else
            say "Next: make setup installs Criterion, so that make chapter$n can check what you wrote."
        fi
        return
        ;;
    'not written') verb='write' ;;
    esac
    say "Next: $verb exercise $exercise, $function ($1, line $at), then make chapter$n. A hint: make hint E=$exercise"
}

# The last exercise is not the end of its chapter.
finished() # chapter file
{
    name=$(name_of "$1")
    n=$(number_of "$name")
    say "All $(read_exercises list "$1" | wc -l | tr -d ' ') exercises of chapter $n are done: every number above that waited for one of them now comes from your own code."
    read_exercises onward "$1" | while IFS='	' read -r at heading; do
        say "The chapter goes on: read from $1, line $at, \"$heading\"."
    done
    if grep -q '"bench"' "$1"; then
        say "How fast your code is: $BUILD/$name bench"
    fi
}

after_chapter() # chapter file: what comes when it is done
{
    following=$(chapter_files | awk -v f="$1" 'found { print; exit } $0 == f { found = 1 }')
    if [ -n "$following" ]; then
        n=$(number_of "$following")
        say "Next: chapter $n, \"$(question_of "$following")\": make chapter$n"
    else
        say "Next: make docs builds all of it as a web site to read again; you have done every chapter."
    fi
}

# ------------------------------------------------------------------ make
# Its text is made by board.awk.
board()
{
    files=$(chapter_files)
    [ -n "$files" ] || die "There are no chapters here: chapters/NN_name.c is where they live."
    said=$(ILLEGIBLE=$(illegible $files) awk -f tests/student/board.awk -f tests/student/exercises.awk \
        -f tests/student/plain.awk "$BUILD/results" tests/points.tsv $files)
    file=${said##*"$newline"}
    said=${said%"$newline"*}
    printf '%s\n\n' "${said%"$newline"*}"
    left_aside ""
    missing "" | while read -r lost; do say "$lost."; done
    printf '%s\n' "${said##*"$newline"}"
    case $file in
    none) after_chapter "${files##*"$newline"}" ;;
    mend*) echo "Next: $file." ;;
    *)
        if [ ! -d "$BUILD/results" ] && [ ! -x "$BUILD/$(name_of "$file")" ]; then
            say "Next: read $file from the top, and run it: make chapter$(number_of "$file")"
        else
            next_step "$file" "$(verdicts_of "$file")"
        fi
        ;;
    esac
}

# What is no text, each with a sentence. One look at all of them finds that nearly always nothing is.
illegible() # chapter files
{
    text=
    if [ "$(cat "$@" | wc -c)" -eq "$(cat "$@" | tr -d '\000' | wc -c)" ] 2>/dev/null; then
        text=text
    fi
    for file; do
        fault=
        [ -r "$file" ] && [ -s "$file" ] && [ -n "$text" ] || fault=$(no_text "$file")
        [ -z "$fault" ] || printf '%s\t%s\n' "$file" "$fault"
    done
}

# ------------------------------------------------------------------ make chapterN
# A chapter's program. Ctrl-C is its own to handle: a long run stops and keeps what it has.
# LIVE=1 asks for the one line that changes, on a terminal; into a pipe each line goes at once.
# What waits for the keyboard would wait for ever.
no_settings()
{
    die "SET= holds settings, name=value, with blanks between them: see make chapterN SET=settings."
}

run() # program
{
    seconds=${RUN_SECONDS:-120}
    [ -z "${SAN:-}" ] || seconds=${RUN_SECONDS:-}
    folder build/figures
    [ ! -t 2 ] || export LIVE=1
    lines=
    if [ ! -t 1 ] && [ -z "${SAN:-}" ] && command -v stdbuf >/dev/null 2>&1; then
        lines='stdbuf -oL'
    fi
    trap : INT
    case ${SET:-} in
    *[\$\`\;\&\|\<\>\(\)\\#]* | *"$newline"*) no_settings ;;
    esac
    # quotes in it hold a value with blanks together
    (eval "set -- ${SET:-}") 2>/dev/null || no_settings
    set -f
    eval "set -- \"\$1\" ${SET:-}"
    set +f
    { stoppable limited $lines "$@"; } 3>&2 2>/dev/null # the shell's own words are not wanted
    ended=$?
    trap - INT
    how_it_ended "$ended"
    return "$ended"
}

limited() # program...; it may take $seconds of processor time
{
    [ -z "$seconds" ] || ulimit -S -t "$seconds"
    exec "$@" </dev/null 2>&3 3>&-
}

chapter()
{
    name=$1
    file=chapters/$name.c
    n=$(number_of "$name")
    is_a_chapter "$file"
    folder "$BUILD/results" 2>/dev/null
    unchecked=
    parts=
    if [ -n "${CRITERION:-}" ] && [ -f "tests/$name.c" ]; then
        parts="$BUILD/check/$name.so $BUILD/tests/$name"
    fi
    log=$BUILD/results/$name.log
    if ! build "$name" "$log" "$BUILD/$name" $parts; then
        if [ -z "$parts" ] || ! build "$name" "$log.2" "$BUILD/$name"; then
            not_built "$file" "$log"
            return 1
        fi
        parts=
        unchecked="The tests could not be built, so nothing is checked: $(grep -v '^make' "$log" | grep 'rror' | head -n 1)"
    fi
    grep -A 3 "^$file:.* warning: " "$log" | head -n 12
    check_first "$name" $parts
    endless=$(verdicts_of "$file" | awk -F '\t' '
        $5 == "time-out" { print $1 ", " $2 ", does not come to its end"; exit }
        $5 == "out of memory" { print $1 ", " $2 ", asks for memory without end"; exit }')
    ended=1
    if [ -n "$endless" ]; then
        say "The program was not run: exercise $endless."
    else
        run "$BUILD/$name"
        ended=$?
        echo
    fi
    verdicts=$(verdicts_of "$file")
    [ -n "$endless" ] || [ "$ended" -eq 0 ] || suspects "$verdicts"
    [ -z "$unchecked" ] || say "$unchecked"
    [ -z "$parts" ] || explain "$verdicts"
    step=$(next_step "$file" "$verdicts")
    if [ -z "$step" ]; then
        finished "$file"
        step=$(after_chapter "$file")
    fi
    printf '%s\n' "$step"
    [ "$ended" -eq 0 ]
}

# The tests come before the program: they are quick, and know which exercise does not end.
check_first() # name, what was built for the tests
{
    if [ -z "${CRITERION:-}" ]; then
        unchecked="(Exercises are checked once Criterion is here: make setup installs it.)"
    elif [ $# -gt 1 ]; then
        judge "$1" "$BUILD/results/$1.txt"
        if [ $? -eq 2 ]; then
            unchecked="The tests themselves could not run: $(tail -n 1 "$BUILD/results/$1.txt")"
        fi
    fi
}

how_it_ended() # exit code
{
    [ "$1" -eq 0 ] || echo
    if [ "$1" -eq 152 ]; then
        say "The program was still computing after $seconds s of processor time, and was stopped: is there a loop that does not end? (RUN_SECONDS= gives it more.)"
    elif [ "$1" -gt 128 ]; then
        say "The program did not come to its end: $(signal_name $(($1 - 128)))."
    elif [ "$1" -ne 0 ]; then
        say "The program ended with exit code $1."
    fi
}

suspects() # verdicts: what is written and was not checked
{
    written=$(printf '%s\n' "$1" | awk -F '\t' '$5 == "written" { printf "%s%s, %s", (n++ ? "; " : ""), $1, $2 }')
    [ -z "$written" ] || say "Not checked yet: $written."
}

signal_name()
{
    case $1 in
    2) echo "Ctrl-C stopped it" ;;
    4) echo "an instruction that this processor does not know (SIGILL)" ;;
    6) echo "it gave up (SIGABRT)" ;;
    8) echo "a division by zero (SIGFPE)" ;;
    7 | 10) echo "it touched memory that is not there (SIGBUS)" ;;
    9) echo "it was killed, perhaps because it asked for too much memory (SIGKILL)" ;;
    11) echo "it touched memory that is not its own (SIGSEGV)" ;;
    *) echo "signal $1 stopped it" ;;
    esac
}

# A line of verdicts, and the first exercise that fails in full.
explain() # verdicts
{
    say "$(printf '%s\n' "$1" | awk -F '\t' '
        { printf "%s%s %s", (NR == 1 ? "Exercises: " : ", "), $1, $5; if ($5 == "done") done++ }
        END { printf ". %d of %d done.\n", done, NR }')"
    row=$(printf '%s\n' "$1" | next_row)
    verdict=$(printf '%s\n' "$row" | cut -f 5)
    case $verdict in
    '' | 'not written' | written | missing) return 0 ;;
    esac
    echo
    say "$(printf '%s\n' "$row" | awk -F '\t' '{ printf "Exercise %s, %s: %s (test %s)\n", $1, $2, $5, $6 }')"
    printf '%s\n' "$row" | cut -f 7 | unescaped | indented
    echo
}

# ------------------------------------------------------------------ make checkN, make check
# Says what the tests say; the verdict is counted from the results, not from an exit code.
check()
{
    [ $# -gt 0 ] || die "No chapter has tests yet: tests/NN_name.c is where they live."
    folder "$BUILD/results"
    failed=0
    for name; do
        if [ -n "${SUBMISSION:-}" ]; then
            check_submission "$name" || failed=1
        else
            check_chapter "$name" || failed=1
        fi
    done
    return "$failed"
}

check_chapter() # name
{
    file=chapters/$1.c
    left_aside "$file"
    includes_more "$file"
    fault=$(text_fault "$file")
    if [ -n "$fault" ]; then
        say "$fault"
        return 1
    fi
    log=$BUILD/results/$1.log
    parts="$BUILD/check/$1.so $BUILD/tests/$1"
    # the program shows whether all that is called is there; only a main is no test's business
    if ! build "$1" "$log" "$BUILD/$1" $parts && ! { [ "$(lacks "$log")" = main ] && build "$1" "$log" $parts; }; then
        not_built "$file" "$log"
        return 1
    fi
    judge "$1" ""
    if [ $? -eq 2 ]; then
        say "Chapter $(number_of "$1"): the tests themselves could not run."
        return 1
    fi
    all_pass "$BUILD/results/$1.tsv"
}

# Somebody else's file: built and judged as a class is.
check_submission() # name
{
    theirs=${SUBMISSION##*/}
    [ "$theirs" = "$1.c" ] || [ ! -f "tests/$theirs" ] ||
        die "The file is called as another chapter: make check$(number_of "$theirs") is its test."
    "$BUILD/grade" check "$1" "$SUBMISSION"
}

all_pass()
{
    awk -F '\t' '$1 != "end" && $6 != "pass" { bad = 1 } END { exit bad }' "$1"
}

# ------------------------------------------------------------------ make hint
hint()
{
    file=$(file_of_exercise "$1")
    [ -n "$file" ] || die "There is no exercise \"$1\"."
    total=$(read_exercises hint "$file" "$1" 0)
    [ "$total" -gt 0 ] || die "Exercise $1 has no hints."
    folder build/hints 2>/dev/null
    seen=0
    [ "${2:-}" = again ] || seen=$(cat "build/hints/$1" 2>/dev/null || echo 0)
    case $seen in
    '' | *[!0-9]*) seen=0 ;;
    esac
    if [ "$seen" -ge "$total" ]; then
        say "All $total hints of exercise $1 are open; make hint E=$1 AGAIN=1 shows them from the first. The last one:"
        echo
        show_hint "$file" "$1" "$total"
        return 0
    fi
    seen=$((seen + 1))
    say "Exercise $1, $(one_field "$file" "$1" 2): hint $seen of $total"
    echo
    show_hint "$file" "$1" "$seen"
    echo
    if ! { printf '%s\n' "$seen" >"build/hints/$1"; } 2>/dev/null; then
        say "$(cannot_write build) The next hint has to be this one again."
    elif [ "$seen" -lt "$total" ]; then
        say "One more: make hint E=$1"
    else
        say "That was the last one; the solution is in solutions/$(name_of "$file").c."
    fi
}

show_hint() # file, exercise, which
{
    read_exercises hint "$1" "$2" "$3" | awk -v markdown=1 -f tests/student/plain.awk
}

# ------------------------------------------------------------------ make watchN
# A change stops the run that is on, and a new one starts.
watch()
{
    name=$1
    file=chapters/$name.c
    running=
    seen=$BUILD/watch-$$.c
    can_write "$BUILD" || die "$(cannot_write "$BUILD")"
    trap 'stop_run; rm -f "$seen"; echo; exit 0' INT TERM
    unset MAKEFLAGS MFLAGS MAKELEVEL
    WATCHED=1
    export WATCHED
    gone=0
    while [ -f Makefile ]; do
        [ -f "$file" ] && gone=0 || gone=$((gone + 1))
        if [ "$gone" -eq 2 ]; then # an editor may have it away for a moment
            rm -f "$seen"
            say "$file is not there: as soon as it is back, it runs. It may be in .backup/."
        elif [ -f "$file" ] && ! cmp -s "$file" "$seen"; then
            cat "$file" >"$seen"
            ! stop_run || say "$file has changed: the run is stopped, and begins anew."
            [ ! -t 1 ] || printf '\033[H\033[2J'
            "$MAKE_COMMAND" --no-print-directory "chapter$(number_of "$name")" &
            running=$!
        elif [ -n "$running" ] && ! kill -0 "$running" 2>/dev/null; then
            running=
            say "Watching $file; Ctrl-C ends it."
        fi
        sleep 1
    done
}

stop_run() # 0 = there was one
{
    [ -n "$running" ] || return 1
    kill "$running" 2>/dev/null
    stopped=$?
    wait "$running" 2>/dev/null
    running=
    return "$stopped"
}

# ------------------------------------------------------------------ make reset
reset()
{
    file=$(file_of_exercise "$1")
    [ -n "$file" ] || die "There is no exercise \"$1\"."
    name=$(name_of "$file")
    can_write "$BUILD" || die "$(cannot_write "$BUILD") Nothing was changed."
    can_write .backup || die "No backup can be kept in .backup/: nothing was changed."
    new=$BUILD/reset-$$.c
    trap 'rm -f "$new"' EXIT
    keep_version "$file" "$1"
    header=tests/$name.h
    [ -f "$header" ] || header=/dev/null
    if ! read_exercises pristine "$backup" "$1" "$header" >"$new"; then
        rm -f "$backup"
        die "Where exercise $1 begins or ends in $file is not clear: its function should end with a } in the first column. Nothing was changed."
    fi
    # a last line without its end gets one
    if cmp -s "$new" "$file" || { cat "$file" && echo; } | cmp -s "$new" -; then
        rm -f "$backup"
        say "Exercise $1 is untouched: there is nothing to put back."
        return 0
    fi
    cmp -s "$backup" "$file" || {
        rm -f "$backup"
        die "$file has changed meanwhile: nothing was put back. Save it, and try once more."
    }
    trap '' INT TERM HUP # the file is whole before and after
    cat "$new" >"$file" || die "$file cannot be written; your version is in $backup."
    cmp -s "$new" "$file" && [ "$(one_field "$file" "$1" 5)" = "not written" ] ||
        die "Exercise $1 could not be put back; your version is in $backup."
    say "Exercise $1 is as it was in the beginning. Your version is kept: $backup"
}

keep_version() # file, exercise; $backup is where
{
    k=1
    # noclobber: a backup that is there is never written over
    until (set -C; : >".backup/$name-$2-$k.c") 2>/dev/null; do
        k=$((k + 1))
        [ "$k" -lt 10000 ] || die "No backup can be kept in .backup/: nothing was changed."
    done
    backup=.backup/$name-$2-$k.c
    cat "$1" >"$backup" 2>/dev/null
    cmp -s "$1" "$backup" || {
        rm -f "$backup" # half a version is none
        die "No backup can be kept in .backup/: is the disk full? Nothing was changed."
    }
}

# ------------------------------------------------------------------ make docs
docs()
{
    command -v pandoc >/dev/null 2>&1 || die "The site is built by pandoc, which is not here: make setup installs it."
    [ -f docs/loom/build.sh ] || die "docs/loom/build.sh, which builds the site, is missing."
    sh docs/loom/build.sh || die "The site was not built: the line above says why."
    echo "The site is in build/site/: open $(address_of "$(pwd -P)/build/site/index.html")"
}

# A path as the address of a file: whatever an address could take for a sign of its own is coded.
address_of()
{
    printf '%s' "$1" | od -An -v -tu1 | tr -s ' \n' '\n\n' | awk '
        BEGIN { printf "file://" }
        $1 == "" { next }
        { c = sprintf("%c", $1 + 0) }
        c ~ /[A-Za-z0-9\/._~-]/ { printf "%s", c; next }
        { printf "%%%02X", $1 }
        END { print "" }'
}

# ------------------------------------------------------------------ make bench
bench()
{
    folder build/figures
    failed=0
    for name; do
        say "Chapter $(number_of "$name"): $(question_of "chapters/$name.c")"
        "$BUILD/solution/$name" bench || failed=1
        echo
    done
    return "$failed"
}

[ $# -gt 0 ] || die "Usage: sh tests/student/course.sh COMMAND ...: the Makefile's commands call it; see make help." 2
command=$1
shift
case $command in
board | chapter | check | hint | reset | watch | docs | bench | names | refuse | run) "$command" "$@" ;;
criterion) sh tests/student/setup.sh criterion ;;
*) die "tests/student/course.sh has no command \"$command\"." 2 ;;
esac
