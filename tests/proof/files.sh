#!/bin/sh
# What the project's files say of each other; prints "ok NAME" and "not ok NAME: why".
set -u
LC_ALL=C
export LC_ALL

names=$(sh tests/student/course.sh names)

number_of() # 01_lookup -> 1
{
    number=${1%%_*}
    echo "${number#0}"
}

read_exercises()
{
    awk -f tests/student/exercises.awk "$@"
}

# The README's list of chapters holds each chapter, with its question, once and in order.
check_readme()
{
    wanted=$(for name in $names; do
        printf '| %s | [%s](%s) | %s |\n' "$(number_of "$name")" "${name#*_}" \
            "chapters/$name.c" "$(read_exercises question "chapters/$name.c")"
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

# What is kept at the top is what the README lists: what a program leaves there is no part of it.
check_top()
{
    top=$(git rev-parse --show-toplevel 2>/dev/null) && [ "$top" = "$(pwd -P)" ] || return
    odd=$(git ls-files | sed 's|/.*||' | sort -u |
        grep -vxE 'chapters|solutions|tests|docs|Makefile|README\.md|LICENSE|\..*' | tr '\n' ' ')
    if [ -z "$odd" ]; then
        echo "ok nothing else is kept at the top"
    else
        echo "not ok nothing else is kept at the top: $odd"
    fi
}

# Every block "carried over from chapter K" holds lines of that chapter, unchanged: each run of
# lines without a gap must stand in it just so.
check_carried()
{
    for name in $names; do
        file=chapters/$name.c
        sources=$(sed -n 's/^\/\/ carried over from chapter \([0-9][0-9]*\)$/\1/p' "$file" | sort -un)
        for k in $sources; do
            source=$(for other in $names; do
                [ "$(number_of "$other")" != "$k" ] || echo "chapters/$other.c"
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
    in_chapters=$(for name in $names; do
        [ ! -f "tests/$name.c" ] || read_exercises list "chapters/$name.c" | cut -f 1,2
    done | sort -u)
    in_points=$(sed 1d tests/points.tsv | cut -f 1,2 | sort -u)
    if [ "$in_chapters" = "$in_points" ]; then
        echo "ok tests/points.tsv names the exercises that the chapters have"
    else
        odd=$(printf '%s\n%s\n' "$in_chapters" "$in_points" | sort | uniq -u | head -n 1 | tr '\t' ' ')
        echo "not ok tests/points.tsv names the exercises that the chapters have: see $odd"
    fi
}

# The limits that the guide names are those of the code: a file, what stands in it, and in the guide.
check_limits()
{
    bad=
    text=$(tr '\n' ' ' <docs/instructors.md | tr -s ' ')
    while IFS='|' read -r file code words; do
        grep -q -F -e "$code" "tests/$file" || bad="${bad:-$code is not in tests/$file, says the list here}"
        case $text in
        *"$words"*) ;;
        *) bad="${bad:-the guide does not say \"$words\", and tests/$file has $code}" ;;
        esac
    done <<'END'
instructor/collect.c|MAX_ENTRIES = 10000,|10,000 files
instructor/collect.c|MAX_DEPTH = 16,|16 folders deep
instructor/collect.c|MAX_ARCHIVES = 32,|and 32 archives
instructor/collect.c|MAX_ARCHIVE = 64 << 20,|of at most 64 MB
instructor/collect.c|archive_seconds = 2;|two seconds of processor time go into archives
instructor/archive.h|LARGEST_ENTRY = (1 << 20) - 1,|an ordinary file below 1 MB
instructor/grade.c|.cpu_seconds = 10,|A compiler has ten seconds of processor time
instructor/grade.c|_SC_NPROCESSORS_ONLN) + 1;|one more than there are processors
judge/submission.c|ALL_COMPILERS = 2, ASLEEP_SECONDS = 10 |twenty for all that one file needs; where it only sleeps, waiting for what never comes, it is stopped after ten seconds
judge/judge.c|TEST_CPU_SECONDS = 3, CHAPTER_CPU_SECONDS = 20 |A test has three; when the tests of a file have taken twenty together
judge/judge.c|late_seconds = 0.5;|each that is left has half a second
judge/suite.c|TEST_SECONDS = 300 |stopped only after 300 seconds
END
    if [ -z "$bad" ]; then
        echo "ok the guide names the limits that are"
    else
        echo "not ok the guide names the limits that are: $bad"
    fi
}

# What the pages say is typed, `make help` lists.
check_commands()
{
    told=$(grep -oh -e '`make [a-z/-]*[0-9N]*' -e '^make [a-z/-]*[0-9N]*' README.md docs/index.md docs/instructors.md \
        .github/CONTRIBUTING.md | sed 's/^`\{0,1\}make //; s/[0-9N][0-9N]*$/N/' | grep -v / | sort -u)
    odd=$(echo "$told" | while read -r command; do
        [ -z "$command" ] || grep -q "^#: make $command " Makefile || echo "make $command"
    done)
    [ "$(echo "$told" | grep -c .)" -gt 5 ] || odd="hardly any is named: $odd"
    if [ -z "$odd" ]; then
        echo "ok the commands that the pages name are there"
    else
        echo "not ok the commands that the pages name are there: $(echo $odd)"
    fi
}

# What a program asks the environment for may be said behind make chapterN.
check_environment()
{
    known=" $(sed -n '/^SETTINGS_chapter := /,/[^\\]$/p' Makefile | tr '\\\n\t' '   ') "
    asked=$(grep -oh 'getenv("[A-Z0-9_]*")' chapters/*.c | sed 's/.*"\(.*\)".*/\1/' | sort -u)
    bad=
    [ -n "$asked" ] || bad="no program asks for anything"
    for name in $asked; do
        case $known in *" $name "*) ;; *) bad="${bad:-$name= is none}" ;; esac
    done
    if [ -z "$bad" ]; then
        echo "ok what programs ask for is a setting of make chapterN"
    else
        echo "not ok what programs ask for is a setting of make chapterN: $bad"
    fi
}

check_readme
check_top
check_limits
check_commands
check_environment
check_carried
check_points
