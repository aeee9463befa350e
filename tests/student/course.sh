#!/bin/sh
# What the Makefile's commands call. POSIX sh, run from the course's root: sh tests/student/course.sh COMMAND ...
# Nothing here knows a chapter by name: it reads chapters/NN_*.c.
# shellcheck disable=SC2086  # lists of words are split on purpose
set -u
LC_ALL=C
export LC_ALL
BUILD=${BUILD:-build}
MAKE_COMMAND=${MAKE_COMMAND:-make}

die()
{
    printf '%s\n' "$1" >&2
    exit "${2:-1}"
}

commas()
{
    echo "$*" | sed 's/ /, /g'
}

# ------------------------------------------------------------------ reading a chapter
# Shared by the awk programs below: what an untouched exercise looks like.
READ_EXERCISES='
function squeeze(s)
{
    gsub(/[ \t\r\n]+/, " ", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}

# "EXERCISE bool f(float *a, size_t n)" -> names[1] = "a", names[2] = "n"; the number of them
function parameters(signature, names,    inside, n, k)
{
    inside = signature
    sub(/^[^(]*\(/, "", inside)
    sub(/\)[^)]*$/, "", inside)
    if (squeeze(inside) == "void" || squeeze(inside) == "")
        return 0
    n = split(inside, names, ",")
    for (k = 1; k <= n; k++) {
        sub(/(\[[^]]*\][ ]*)+$/, "", names[k])
        names[k] = squeeze(names[k])
        sub(/^.*[^A-Za-z0-9_]/, "", names[k])
    }
    return n
}

# The body that an unwritten exercise has, between its braces.
function stub(signature,    names, n, k, line, body, item, type)
{
    body = "    // your code here\n"
    n = parameters(signature, names)
    line = "   "
    for (k = 1; k <= n; k++) {
        item = " (void)" names[k] (k < n ? "," : ";")
        if (length(line) + length(item) > 90) {
            body = body line "\n"
            line = "       "
        }
        line = line item
    }
    if (n > 0)
        body = body line "\n"
    type = signature
    sub(/\(.*$/, "", type)
    sub(/[A-Za-z0-9_]+[ ]*$/, "", type)
    if (type ~ /\*/)
        return body "    return NULL;\n"
    if (type ~ /bool/)
        return body "    return false;\n"
    if (type ~ /float|double/)
        return body "    return NAN;\n"
    if (type ~ /void/)
        return body
    return body "    return 0;\n"
}

# Only the code of a body: no comments, no spaces.
function bare(body)
{
    gsub(/\/\/[^\n]*/, "", body)
    gsub(/[ \t\r\n]+/, "", body)
    return body
}

# "bool f(float *a, size_t n)" laid out as the chapters do: 90 columns, lined up at the bracket.
function laid_out(signature,    open, head, inside, n, k, parts, line, text, item, pad)
{
    open = index(signature, "(")
    head = substr(signature, 1, open)
    inside = substr(signature, open + 1)
    pad = sprintf("%" open "s", "")
    n = split(inside, parts, ", ")
    line = head
    text = ""
    for (k = 1; k <= n; k++) {
        item = parts[k] (k < n ? "," : "")
        if (length(line) + length(item) + (line == head || line == pad ? 0 : 1) > 90) {
            text = text line "\n"
            line = pad item
        } else {
            line = line (line == head || line == pad ? "" : " ") item
        }
    }
    return text line
}

# Fills line[1..n_lines] and, for each exercise k, number, title, name, first (line of the
# signature), open (line of its "{"), close (line of its "}"; 0 = not found), signature, state.
function read_chapter(path,    s, in_prose, k, i, at, text)
{
    n_lines = n_exercises = 0
    while ((getline s < path) > 0)
        line[++n_lines] = s
    close(path)
    for (i = 1; i <= n_lines; i++) {
        s = line[i]
        sub(/\r$/, "", s)
        if (s == "/*")
            in_prose = 1
        else if (s == "*/")
            in_prose = 0
        if (in_prose && s ~ /^## Exercise [0-9]+\.[0-9]+: .*\.exercise/) {
            k = ++n_exercises
            number[k] = s
            sub(/^## Exercise /, "", number[k])
            sub(/:.*$/, "", number[k])
            title[k] = s
            sub(/^## Exercise [0-9.]+: /, "", title[k])
            sub(/ *\{#.*$/, "", title[k])
            name[k] = s
            sub(/^.*\{#/, "", name[k])
            sub(/[ }].*$/, "", name[k])
            gsub(/-/, "_", name[k])
            heading[k] = i
        }
    }
    for (k = 1; k <= n_exercises; k++)
        find_function(k)
}

function find_function(k,    i, s, in_prose, at, text, last, call)
{
    first[k] = open[k] = closing[k] = 0
    signature[k] = ""
    last = k < n_exercises ? heading[k + 1] : n_lines
    in_prose = 1
    call = "(^|[^A-Za-z0-9_])" name[k] "[ ]*\\("
    for (i = heading[k]; i <= last; i++) {
        s = line[i]
        sub(/\r$/, "", s)
        if (s == "/*")
            in_prose = 1
        else if (s == "*/")
            in_prose = 0
        else if (!in_prose && !first[k] && s ~ /^[A-Za-z]/ && s ~ call && s !~ /;[ ]*$/)
            first[k] = i
        if (in_prose && first[k])
            break
        if (first[k] && !open[k]) {
            at = index(s, "{")
            signature[k] = squeeze(signature[k] " " (at ? substr(s, 1, at - 1) : s))
            if (at)
                open[k] = i
        } else if (open[k] && s ~ /^}/) {
            closing[k] = i
            break
        }
    }
    text = ""
    for (i = open[k] + 1; i < closing[k]; i++)
        text = text line[i] "\n"
    state[k] = bare(text) == bare(stub(signature[k])) ? "not written" : "written"
}
'

chapter_files()
{
    for file in chapters/[0-9][0-9]_*.c; do
        [ -f "$file" ] && printf '%s\n' "$file"
    done
}

name_of()
{
    basename "$1" .c
}

number_of() # 01_lookup -> 1
{
    n=${1%%_*}
    printf '%s\n' "${n#0}"
}

# Of one chapter file: number, function, title, line, state; a line an exercise.
exercises_of()
{
    awk "$READ_EXERCISES"'
    BEGIN {
        read_chapter(ARGV[1])
        for (k = 1; k <= n_exercises; k++)
            printf "%s\t%s\t%s\t%d\t%s\n", number[k], name[k], title[k], first[k], state[k]
    }' "$1"
}

question_of()
{
    awk '/^# / { sub(/^# /, ""); sub(/ *\{#[^}]*\} *$/, ""); print; exit }' "$1"
}

all_exercises()
{
    chapter_files | while read -r file; do
        exercises_of "$file"
    done | cut -f 1
}

file_of_exercise() # 1.3 -> chapters/01_lookup.c
{
    for file in chapters/0"${1%%.*}"_*.c chapters/"${1%%.*}"_*.c; do
        if [ -f "$file" ] && exercises_of "$file" | cut -f 1 | grep -qxF -e "$1"; then
            printf '%s\n' "$file"
            return
        fi
    done
}

one_field() # file, exercise, column
{
    exercises_of "$1" | awk -F '\t' -v e="$2" -v c="$3" '$1 "" == e "" { print $c; exit }'
}

# ------------------------------------------------------------------ what the tests said
# Of one chapter: number, function, title, line, verdict, test, message; a line an exercise.
# The verdict of an exercise is that of its first test that is not a pass; without results that
# are newer than the chapter it is "not written" or "written", as the file itself shows.
verdicts_of()
{
    name=$(name_of "$1")
    results=$BUILD/results/$name.tsv
    if [ ! -f "$results" ] || [ -n "$(find "$1" -newer "$results")" ] || ! is_whole "$results"; then
        results=/dev/null
    fi
    exercises_of "$1" | awk -F '\t' -v OFS='\t' '
        reading == "results" {
            if ($1 == "end")
                next
            if (!($1 in verdict) || verdict[$1] == "pass") {
                verdict[$1] = $6
                test[$1] = $3
                message[$1] = $7
            }
            next
        }
        {
            v = $5
            if ($1 in verdict)
                v = verdict[$1] == "pass" ? "done" : verdict[$1]
            print $1, $2, $3, $4, v, test[$1], message[$1]
        }' reading=results "$results" reading=exercises -
}

# A results file counts only if its last line says how many rows came before it.
is_whole()
{
    awk -F '\t' '{ n++; if ($1 == "end" && $2 == n - 1) ok = 1; else ok = 0 }
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

run_tests() # name, object, results file, where its own words go
{
    mkdir -p "$BUILD/results"
    rm -f "$3"
    "$BUILD/tests/$1" --submission="$2" --results="$3" </dev/null >"$4" 2>&1
    status=$?
    if [ "$status" -gt 1 ] || [ ! -f "$3" ] || ! is_whole "$3"; then
        rm -f "$3"
        return 2
    fi
    return "$status"
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

next_step() # chapter file; prints the one thing to do now, or nothing if the chapter is done
{
    row=$(verdicts_of "$1" | next_row)
    [ -n "$row" ] || return 0
    exercise=$(printf '%s\n' "$row" | cut -f 1)
    function=$(printf '%s\n' "$row" | cut -f 2)
    at=$(printf '%s\n' "$row" | cut -f 4)
    verdict=$(printf '%s\n' "$row" | cut -f 5)
    n=$(number_of "$(name_of "$1")")
    case $verdict in
    'not written')
        echo "Next: write exercise $exercise, $function ($1, line $at), then make chapter$n." \
            "A hint: make hint E=$exercise"
        ;;
    written)
        if [ -n "$(criterion_flags)" ]; then
            echo "Next: make chapter$n runs your chapter and checks what you wrote."
        else
            echo "Next: make setup installs Criterion, so that make chapter$n can check what you wrote."
        fi
        ;;
    *)
        echo "Next: mend exercise $exercise, $function ($1, line $at), then make chapter$n." \
            "A hint: make hint E=$exercise"
        ;;
    esac
}

after_chapter() # chapter file: what comes when it is done
{
    following=$(chapter_files | awk -v f="$1" 'found { print; exit } $0 == f { found = 1 }')
    if [ -n "$following" ]; then
        n=$(number_of "$(name_of "$following")")
        echo "Next: chapter $n, \"$(question_of "$following")\": make chapter$n"
    else
        echo "Next: make docs builds all of it as a web site to read again; you have done every chapter."
    fi
}

# ------------------------------------------------------------------ make
board()
{
    step=
    for file in $(chapter_files); do
        name=$(name_of "$file")
        n=$(number_of "$name")
        printf '%2s  %s   %s\n' "$n" "$(question_of "$file")" "$file"
        verdicts_of "$file" | awk -F '\t' '{
            printf "      %-5s %-14s %s: %s\n", $1, ($5 == "written" ? "not checked" : $5), $2, $3
        }'
        echo
        if [ -z "$step" ]; then
            step=$(next_step "$file")
            if [ -n "$step" ] && [ ! -d "$BUILD/results" ] && [ ! -x "$BUILD/$name" ]; then
                step="Next: read $file from the top, and run it: make chapter$n"
            fi
        fi
        last=$file
    done
    [ -n "${last:-}" ] || die "There are no chapters here: chapters/NN_name.c is where they live."
    printf '%s\n' "${step:-$(after_chapter "$last")}"
}

# ------------------------------------------------------------------ make chapterN
# A chapter's program. Ctrl-C is its own to handle: a long run stops and keeps what it has.
# LIVE=1 asks for the one line that changes, on a terminal.
run_program()
{
    mkdir -p build/figures
    [ ! -t 2 ] || export LIVE=1
    trap : INT
    "$1"
    ended=$?
    trap - INT
    return "$ended"
}

chapter()
{
    name=$1
    file=chapters/$name.c
    mkdir -p "$BUILD/results"
    run_program "$BUILD/$name"
    ended=$?
    echo
    if [ "$ended" -gt 128 ]; then
        echo "The program did not come to its end: $(signal_name $((ended - 128)))."
    elif [ "$ended" -ne 0 ]; then
        echo "The program ended with exit code $ended."
    fi
    if [ -z "${CRITERION:-}" ]; then
        echo "(Exercises are checked once Criterion is here: make setup installs it.)"
    elif [ -x "$BUILD/tests/$name" ]; then
        run_tests "$name" "$BUILD/check/$name.so" "$BUILD/results/$name.tsv" "$BUILD/results/$name.txt"
        if [ $? -eq 2 ]; then
            echo "The tests themselves could not run:"
            tail -n 3 "$BUILD/results/$name.txt"
        fi
        explain "$file"
    fi
    step=$(next_step "$file")
    printf '%s\n' "${step:-$(after_chapter "$file")}"
    [ "$ended" -eq 0 ]
}

signal_name()
{
    case $1 in
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
explain()
{
    verdicts_of "$1" >"$BUILD/results/.verdicts"
    awk -F '\t' '{ printf "%s%s %s", (NR == 1 ? "Exercises: " : ", "), $1, $5 } END { print "." }' \
        "$BUILD/results/.verdicts"
    row=$(next_row <"$BUILD/results/.verdicts")
    verdict=$(printf '%s\n' "$row" | cut -f 5)
    case $verdict in
    '' | 'not written' | written) return 0 ;;
    esac
    printf '%s\n' "$row" | awk -F '\t' '{ printf "\nExercise %s, %s: %s (test %s)\n", $1, $2, $5, $6 }'
    printf '%s\n' "$row" | cut -f 7 | unescaped | sed 's/^/    /'
    echo
}

# ------------------------------------------------------------------ make checkN, make check
# Says what the tests say; the verdict is counted from the results, not from an exit code.
check()
{
    [ $# -gt 0 ] || die "No chapter has tests yet: tests/NN_name.c is where they live."
    mkdir -p "$BUILD/results"
    failed=0
    for name; do
        object=$BUILD/check/$name.so
        results=$BUILD/results/$name.tsv
        # Somebody else's file: built and judged as a class is.
        [ -z "${SUBMISSION:-}" ] || exec "$BUILD/grade" check "$name" "$SUBMISSION"
        if [ ! -f "$object" ]; then
            echo "Chapter $(number_of "$name"): does not build."
            failed=1
            continue
        fi
        "$BUILD/tests/$name" --submission="$object" --results="$results" </dev/null
        status=$?
        if [ ! -f "$results" ] || ! is_whole "$results"; then
            rm -f "$results"
            echo "Chapter $(number_of "$name"): the tests themselves could not run."
            failed=1
        elif [ "$status" -ne 0 ] || ! all_pass "$results"; then
            failed=1
        fi
    done
    return "$failed"
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
    total=$(hints_of "$file" "$1" 0)
    [ "$total" -gt 0 ] || die "Exercise $1 has no hints."
    mkdir -p build/hints
    seen=0
    [ "${2:-}" = again ] || seen=$(cat "build/hints/$1" 2>/dev/null || echo 0)
    case $seen in
    '' | *[!0-9]*) seen=0 ;;
    esac
    if [ "$seen" -ge "$total" ]; then
        echo "All $total hints of exercise $1 are open; make hint E=$1 AGAIN=1 shows them from the first. The last one:"
        echo
        hints_of "$file" "$1" "$total"
        return 0
    fi
    seen=$((seen + 1))
    echo "Exercise $1, $(one_field "$file" "$1" 2): hint $seen of $total"
    echo
    hints_of "$file" "$1" "$seen"
    printf '%s\n' "$seen" >"build/hints/$1"
    echo
    if [ "$seen" -lt "$total" ]; then
        echo "One more: make hint E=$1"
    else
        echo "That was the last one; the solution is in solutions/$(name_of "$file").c."
    fi
}

hints_of() # file, exercise, which (0 = how many)
{
    awk -v e="$2" -v which="$3" '
        { sub(/\r$/, "") }
        /^::: *\{[^}]*\.hint/ {
            inside = index($0, "exercise=\"" e "\"") > 0
            n += inside
            next
        }
        /^::: *$/ { inside = 0 }
        inside && n == which
        END { if (which == 0) print n + 0 }' "$1"
}

# ------------------------------------------------------------------ make watchN
watch()
{
    name=$1
    file=chapters/$name.c
    n=$(number_of "$name")
    trap 'echo; exit 0' INT TERM
    unset MAKEFLAGS MFLAGS MAKELEVEL
    seen=
    while :; do
        now=$(cksum <"$file" 2>/dev/null) || now=$seen
        if [ "$now" != "$seen" ]; then
            seen=$now
            [ ! -t 1 ] || printf '\033[H\033[2J'
            "$MAKE_COMMAND" --no-print-directory "chapter$n"
            echo "Watching $file; Ctrl-C ends it."
        fi
        sleep 1
    done
}

# ------------------------------------------------------------------ make reset
reset()
{
    file=$(file_of_exercise "$1")
    [ -n "$file" ] || die "There is no exercise \"$1\"."
    name=$(name_of "$file")
    mkdir -p "$BUILD" .backup
    new=$BUILD/reset-$$.c
    trap 'rm -f "$new"' EXIT
    header=tests/$name.h
    [ -f "$header" ] || header=/dev/null
    if ! pristine "$file" "$1" "$header" >"$new"; then
        die "Where exercise $1 begins or ends in $file is not clear: its function should end with a } in the first column. Nothing was changed."
    fi
    if cmp -s "$new" "$file"; then
        echo "Exercise $1 is untouched: there is nothing to put back."
        return 0
    fi
    k=1
    # noclobber: a backup that is there is never written over
    until (set -C; : >".backup/$name-$1-$k.c") 2>/dev/null; do
        k=$((k + 1))
        [ "$k" -lt 10000 ] || die "No backup can be kept in .backup/: nothing was changed."
    done
    backup=.backup/$name-$1-$k.c
    cat "$file" >"$backup"
    cmp -s "$file" "$backup" || die "No backup can be kept in .backup/: nothing was changed."
    cat "$new" >"$file" || die "$file cannot be written; your version is in $backup."
    echo "Exercise $1 is as it was in the beginning. Your version is kept: $backup"
}

# The chapter with one exercise put back.
pristine()
{
    awk "$READ_EXERCISES"'
    # The prototype in the header, which is what the tests call, on one line.
    function prototype(path, wanted,    s, text, found, parts, n, k)
    {
        while ((getline s < path) > 0) {
            sub(/\/\/.*$/, "", s)
            if (s !~ /^#/)
                text = text " " s
        }
        close(path)
        n = split(text, parts, ";")
        for (k = 1; k <= n; k++)
            if (squeeze(parts[k]) ~ ("^JUDGED .*[^A-Za-z0-9_]" wanted "[ ]*\\(")) {
                found = squeeze(parts[k])
                sub(/^JUDGED /, "EXERCISE ", found)
            }
        return found
    }
    BEGIN {
        read_chapter(ARGV[1])
        for (k = 1; k <= n_exercises; k++)
            if (number[k] "" == ARGV[2] "")
                break
        if (k > n_exercises || !closing[k])
            exit 1
        wanted = prototype(ARGV[3], name[k])
        if (wanted == "")
            wanted = signature[k]
        for (i = 1; i < first[k]; i++)
            print line[i]
        if (wanted == signature[k] && line[open[k]] ~ /^\{/)
            for (i = first[k]; i < open[k]; i++)
                print line[i]
        else
            print laid_out(wanted)
        printf "{\n%s}\n", stub(wanted)
        for (i = closing[k] + 1; i <= n_lines; i++)
            print line[i]
    }' "$1" "$2" "$3"
}

# ------------------------------------------------------------------ make docs
docs()
{
    command -v pandoc >/dev/null 2>&1 || die "The site is built by pandoc, which is not here: make setup installs it."
    [ -f docs/loom/build.sh ] || die "docs/loom/build.sh, which builds the site, is missing."
    sh docs/loom/build.sh || die "The site was not built: the line above says why."
    echo "The site is in build/site/: open file://$(pwd -P | sed 's/ /%20/g')/build/site/index.html"
}

# ------------------------------------------------------------------ make bench
bench()
{
    mkdir -p build/figures
    failed=0
    for name; do
        echo "Chapter $(number_of "$name"): $(question_of "chapters/$name.c")"
        "$BUILD/solution/$name" bench || failed=1
        echo
    done
    return "$failed"
}

# ------------------------------------------------------------------ make doctor, make setup
# What compiles and links Criterion, or nothing if it is not here.
criterion_flags()
{
    case ${CRITERION-unset} in
    no) return 0 ;;
    unset | '') ;;
    *) printf '%s\n' "$CRITERION"; return 0 ;;
    esac
    if pkg-config --exists criterion 2>/dev/null; then
        pkg-config --cflags --libs criterion | tr '\n' ' '
        return 0
    fi
    for prefix in '' /opt/homebrew /usr/local /home/linuxbrew/.linuxbrew; do
        flags=-lcriterion
        [ -z "$prefix" ] || flags="-I$prefix/include -L$prefix/lib -lcriterion"
        if [ -z "$prefix" ] || [ -f "$prefix/include/criterion/criterion.h" ]; then
                    if echo '#include <criterion/criterion.h>' |
                ${CC:-cc} $flags -E -x c - >/dev/null 2>&1; then
                printf '%s\n' "$flags"
                return 0
            fi
        fi
    done
}

browser()
{
    for program in chromium chromium-browser google-chrome google-chrome-stable chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if command -v "$program" >/dev/null 2>&1; then
            printf '%s\n' "$program"
            return 0
        fi
    done
    return 1
}

compiles() # is there a compiler, and a C library to go with it?
{
    command -v "${CC:-cc}" >/dev/null 2>&1 &&
        echo '#include <stdio.h>' | ${CC:-cc} -E -x c - >/dev/null 2>&1
}

here() # item
{
    case $1 in
    cc) compiles ;;
    make) command -v make >/dev/null 2>&1 ;;
    pandoc) command -v pandoc >/dev/null 2>&1 ;;
    Criterion) [ -n "$(CRITERION='' criterion_flags)" ] ;;
    chromium) browser >/dev/null ;;
    esac
}

purpose() # item: what is missed without it
{
    case $1 in
    cc) echo "nothing can be built without a C compiler" ;;
    make) echo "it runs every command" ;;
    pandoc) echo "make docs needs it; chapters and exercises do not" ;;
    Criterion) echo "make check needs it; make chapterN runs without it but cannot check your exercises" ;;
    chromium) echo "only the site's own tests use it, and they say so when they pass over it" ;;
    esac
}

version_of() # item
{
    case $1 in
    cc) ${CC:-cc} --version 2>/dev/null | head -n 1 ;;
    make) make --version 2>/dev/null | head -n 1 ;;
    pandoc) pandoc --version 2>/dev/null | head -n 1 ;;
    Criterion) pkg-config --modversion criterion 2>/dev/null || echo "version unknown" ;;
    chromium) "$(browser)" --version 2>/dev/null | head -n 1 ;;
    esac
}

doctor()
{
    missing=
    for item in cc make pandoc Criterion chromium; do
        if here "$item"; then
            printf '%-10s ok       %s\n' "$item" "$(version_of "$item")"
        else
            printf '%-10s missing  %s\n' "$item" "$(purpose "$item")"
            [ "$item" = chromium ] || missing="$missing $item"
        fi
    done
    case $(uname -s) in
    Linux)
        if grep -q '^Seccomp:' /proc/self/status 2>/dev/null; then
            printf '%-10s ok       %s\n' isolation "tests run your code in a process of its own, behind seccomp"
        else
            printf '%-10s partial  %s\n' isolation "tests run your code in a process of its own, without seccomp"
        fi
        ;;
    *) printf '%-10s partial  %s\n' isolation "tests run your code in a process of its own; $(uname -s) has no seccomp" ;;
    esac
    printf '%-10s %s, %s processors\n' machine "$(uname -sm)" \
        "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo some)"
    if [ -n "$missing" ]; then
        echo "Next: make setup installs what is missing ($(commas $missing))."
    else
        echo "All that the course needs is here."
    fi
}

package_of() # manager, item
{
    case $1-$2 in
    apt-get-cc) echo "gcc libc6-dev" ;;
    apt-get-Criterion) echo libcriterion-dev ;;
    dnf-cc) echo "gcc glibc-devel" ;;
    dnf-Criterion) echo "criterion-devel" ;;
    pacman-cc) echo gcc ;;
    pacman-pandoc) echo pandoc-cli ;;
    pacman-Criterion) echo criterion ;;
    brew-cc) echo gcc ;;
    brew-Criterion) echo criterion ;;
    brew-chromium) echo "--cask google-chrome" ;;
    *) echo "$2" ;;
    esac
}

as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        echo "installing packages needs root, and there is no sudo here" >&2
        return 1
    fi
}

refreshed=
install_with() # manager, packages...
{
    manager=$1
    shift
    case $manager in
    apt-get)
        if [ -z "$refreshed" ]; then
            as_root apt-get -qq update </dev/null || return 1
            refreshed=yes
        fi
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
            install "$@" </dev/null
        ;;
    dnf) as_root dnf -q -y install "$@" </dev/null ;;
    pacman)
        as_root pacman -S --noconfirm --needed "$@" </dev/null ||
            as_root pacman -Sy --noconfirm --needed "$@" </dev/null
        ;;
    brew) brew install -q "$@" </dev/null ;;
    esac
}

setup()
{
    items="cc make pandoc Criterion"
    [ -z "${BROWSER:-}" ] || items="$items chromium"
    missing=
    for item in $items; do
        here "$item" || missing="$missing $item"
    done
    if [ -z "$missing" ]; then
        echo "setup: nothing is missing ($(commas $items))"
        return 0
    fi
    manager=
    for known in apt-get dnf pacman brew; do
        if command -v "$known" >/dev/null 2>&1; then
            manager=$known
            break
        fi
    done
    [ -n "$manager" ] || die "setup: missing: $(commas $missing); none of apt-get, dnf, pacman, brew is here to install them."
    log=$(mktemp "${TMPDIR:-/tmp}/setup.XXXXXX") || exit 1
    trap 'rm -f "$log"' EXIT
    failed=0
    for item in $items; do
        if here "$item"; then
            echo "setup: $item is here ($(version_of "$item"))"
            continue
        fi
        packages=$(package_of "$manager" "$item")
        echo "setup: installing $item ($manager: $packages)"
            if install_with "$manager" $packages >"$log" 2>&1 && here "$item"; then
            echo "setup: $item installed ($(version_of "$item"))"
        else
            failed=1
            tail -n 5 "$log" | sed 's/^/    /'
            echo "setup: $item could not be installed with $manager: $(purpose "$item")"
        fi
    done
    return "$failed"
}

# ------------------------------------------------------------------ what other tests call
# The README's list of chapters holds each chapter, with its question, once and in order.
check_readme()
{
    wanted=$(chapter_files | while read -r file; do
        printf '| %s | [%s](%s) | %s |\n' "$(number_of "$(name_of "$file")")" \
            "$(name_of "$file" | sed 's/^[0-9]*_//')" "$file" "$(question_of "$file")"
    done)
    found=$(grep '^| [0-9]* | \[' README.md)
    if [ "$wanted" = "$found" ]; then
        echo "ok README lists every chapter with its question"
    else
        row=$(printf '%s\n' "$wanted" | while read -r r; do
            printf '%s\n' "$found" | grep -qxF -e "$r" || { echo "missing is $r"; break; }
        done)
        echo "not ok README lists every chapter with its question: ${row:-a row is out of its order, or one too many}"
    fi
}

# Every block "carried over from chapter K" holds lines of that chapter, unchanged: each run of
# lines without a gap must stand in it just so.
check_carried()
{
    for file in $(chapter_files); do
        sources=$(sed -n 's/^\/\/ carried over from chapter \([0-9][0-9]*\)$/\1/p' "$file" | sort -un)
        for k in $sources; do
            source=$(chapter_files | while read -r f; do
                [ "$(number_of "$(name_of "$f")")" != "$k" ] || printf '%s\n' "$f"
            done)
            claim="$file carries over from chapter $k what stands there"
            if [ -z "$source" ]; then
                echo "not ok $claim: there is no chapter $k"
                continue
            fi
            awk -v k="$k" -v claim="$claim" '
                reading == "source" { whole = whole "\n" $0; next }
                $0 == "// carried over from chapter " k { inside = 1; piece = ""; next }
                inside && ($0 == "" || $0 == "// end of what was carried over") {
                    if (piece != "" && !index(whole "\n", piece "\n") && bad == "")
                        bad = started
                    piece = ""
                    if ($0 != "")
                        inside = 0
                    next
                }
                inside {
                    if (piece == "")
                        started = FNR
                    piece = piece "\n" $0
                }
                END {
                    if (inside)
                        print "not ok " claim ": the block has no \"// end of what was carried over\""
                    else if (bad != "")
                        print "not ok " claim ": the lines from " bad " on are not there"
                    else
                        print "ok " claim
                }' reading=source "$source" reading=copy "$file"
        done
    done
}

# tests/points.tsv gives points to the exercises that the chapters have, and to no others.
check_points()
{
    in_chapters=$(chapter_files | while read -r file; do
        [ ! -f "tests/$(name_of "$file").c" ] || exercises_of "$file" | cut -f 1,2
    done | sort -u)
    in_points=$(sed 1d tests/points.tsv | cut -f 1,2 | sort -u)
    if [ "$in_chapters" = "$in_points" ]; then
        echo "ok tests/points.tsv names the exercises that the chapters have"
    else
        odd=$(printf '%s\n%s\n' "$in_chapters" "$in_points" | sort | uniq -u | head -n 1 | tr '\t' ' ')
        echo "not ok tests/points.tsv names the exercises that the chapters have: see $odd"
    fi
}

[ $# -gt 0 ] || die "Usage: sh tests/student/course.sh COMMAND ...: the Makefile's commands call it; see make help." 2
command=$1
shift
case $command in
board | chapter | check | hint | reset | watch | docs | bench | doctor | setup) "$command" "$@" ;;
run) run_program "$@" ;;
exercises) all_exercises | tr '\n' ' ' ;;
criterion) criterion_flags ;;
check-readme) check_readme ;;
check-carried) check_carried ;;
check-points) check_points ;;
commands) . tests/proof/commands.sh ;;
*) die "tests/student/course.sh has no command \"$command\"." 2 ;;
esac
