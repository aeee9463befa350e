#!/bin/sh
# Tests `make grade` on a small class that is made for it, with grades known beforehand.
# Prints "ok NAME" and "not ok NAME: why". Everything must be built: make test does that.
#
#     sh tests/proof/class.sh                     a class of 5, mostly with a small chapter
#     sh tests/proof/class.sh 300                 300 students, all chapters; takes minutes
set -u
LC_ALL=C
export LC_ALL
unset SUBMISSION SUBMISSIONS HIDDEN SHARD SHARDS JOBS STRICT SEED GRADES MAKEFLAGS MFLAGS MAKELEVEL
BUILD=${BUILD:-build}
export BUILD
n_students=${1:-5}
chapters=$(for f in tests/[0-9][0-9]_*.c; do basename "$f" .c; done)
first=$(echo "$chapters" | head -n 1)
root=$(pwd)
room=$(pwd)/build/class
rm -rf "$room"
mkdir -p "$room"
grading=
whole_room=$room
trap '[ -z "$grading" ] || kill -9 $grading 2>/dev/null; rm -rf "$whole_room"' EXIT
trap 'exit 130' INT TERM

. tests/proof/toy.sh

verdict() # name, "" or what is wrong
{
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        echo "not ok $1: $(printf '%s' "$2" | head -n 5 | tr '\n' ' ')"
    fi
}

grade() # class, where the grades go, settings...
{
    submissions=$1
    grades=$2
    shift 2
    env SUBMISSIONS="$submissions" GRADES="$grades" "$@" "$BUILD/grade" >"$room/said.txt" 2>&1
}

n_judged()
{
    sed -n 's/.* files; \([0-9]*\) judged now.*/\1/p' "$room/said.txt"
}

same() # two files that must be the same
{
    cmp -s "$1" "$2" || diff "$1" "$2" 2>&1 | head -n 5
}

without_times() # a results.json
{
    grep -v '"seconds"' "$1"
}

make_class() # folder, students, chapters
{
    sh "$root/tests/proof/make_class.sh" "$@" >"$room/said.txt" 2>&1 ||
        verdict "a class can be made" "$(cat "$room/said.txt")"
}

# ------------------------------------------------------------------ a small course
# A class of a few is one of a small chapter, but for one student.
toy_course 51 "$room/toy"
course=$room/toy
CRITERION=${CRITERION:-$(sh tests/student/course.sh criterion)}
export CRITERION

into_small_course()
{
    cd "$course" || exit 1
    case $BUILD in
    /*) BUILD=build TOOL_FLAGS=${TOOL_FLAGS:+$TOOL_FLAGS -Ibuild} ;;
    esac
    first=51_toy
    ${MAKE_COMMAND:-make} -j2 BUILD="$BUILD" "$BUILD/tests/$first" "$BUILD/grade" >"$room/said.txt" 2>&1 ||
        verdict "a small course can be built" "$(cat "$room/said.txt")"
}

if [ "$n_students" -le 50 ]; then
    bad=
    make_class "$room/one" 5-5 "$first"
    grade "$room/one/class" "$room/one/grades" || bad="it failed: $(tail -n 3 "$room/said.txt")"
    bad=${bad:-$(same "$room/one/grades/grades.csv" "$room/one/known.csv")}
    verdict "a file of $first, solved but for a hostile exercise, has the known grade" "$bad"
    sed -n '/^\/\/ hidden\/01_lookup.c$/,/^```$/p' docs/instructors.md | grep -v '^```' >"$room/example.c"
    # shellcheck disable=SC2086  # these are lists of words
    bad=$(${CC:-cc} ${TOOL_FLAGS:--std=gnu11 -D_GNU_SOURCE -Itests -Itests/judge -I$BUILD} ${CRITERION%%-l*} -fsyntax-only \
        "$room/example.c" 2>&1 | head -n 3)
    [ "$(grep -c judge_passed "$room/example.c")" = 1 ] || bad="there is no example"
    verdict "the hidden test that the guide shows is one" "$bad"
    into_small_course
    chapters=$first
fi

# ------------------------------------------------------------------ a class, killed on the way
# Of a small class the compiler does not come back from one file, until the grader is killed.
real_cc=${CC:-cc}
compiler() # what it does before it is one, on each file $word
{
    printf '#!/bin/sh\nfor word; do\n    case $word in *.c) %s ;; esac\ndone\nexec %s "$@"\n' "$1" "$real_cc" >"$room/slow-cc"
    chmod 755 "$room/slow-cc"
}

if [ "$n_students" -le 50 ]; then
    compiler '! grep -s -q "handed in by student 004" "$word" || sleep 30'
    export CC="$room/slow-cc"
fi
make_class "$room" "$n_students" $chapters
class=$room/class
kills=1
[ "$n_students" -le 50 ] || kills=10

n_states()
{
    ls "$room/grades/state" 2>/dev/null | grep -c .
}

bad=
k=0
n_chapters=$(echo "$chapters" | grep -c .) # each of which is two of our own files, too
n_files=$((n_students * n_chapters))
while [ "$k" -lt "$kills" ]; do
    k=$((k + 1))
    SUBMISSIONS=$class GRADES=$room/grades "$BUILD/grade" >"$room/said.txt" 2>&1 &
    grading=$!
    enough=$((n_files * k / (kills + 2) + 2))
    while [ "$(n_states)" -lt "$enough" ] && kill -0 $grading 2>/dev/null; do
        sleep 0.3 2>/dev/null || sleep 1
    done
    kill -STOP $grading 2>/dev/null || bad="it was done before it could be killed"
    SUBMISSIONS=$class GRADES=$room/grades "$BUILD/grade" >"$room/second.txt" 2>&1 &&
        bad="${bad:-two graders are at work at once}"
    grep -q 'another make grade is at work' "$room/second.txt" || bad="${bad:-$(cat "$room/second.txt")}"
    kill -9 $grading 2>/dev/null
    wait $grading 2>/dev/null
    grading=
done
compiler :
kept=$(n_states)
grade "$class" "$room/grades" || bad="${bad:-it failed: $(tail -n 3 "$room/said.txt")}"
bad=${bad:-$(same "$room/grades/grades.csv" "$room/known.csv")}
[ "$(n_judged)" -le $((n_files - kept + 2 * n_chapters)) ] || bad="${bad:-it judged $(n_judged) again}"
[ -z "$(ls "$room/grades/work" | grep -v lock)" ] || bad="${bad:-it left something in work/}"
verdict "a class that was killed on the way ($kills times) has the known grades in the end" "$bad"

bad=
grade "$class" "$room/grades" || bad="it failed: $(tail -n 3 "$room/said.txt")"
[ "$(n_judged)" = 0 ] || bad="${bad:-$(n_judged) were judged again}"
bad=${bad:-$(same "$room/grades/grades.csv" "$room/known.csv")}
verdict "a second run judges nobody" "$bad"

# (Hidden tests that are nowhere stop it when it has swept.)
bad=
odd=$room/g[r]ades
mkdir -p "$room/grades/work/1-of-1-7" "$odd/state" "$odd/work/1-of-1-7" "$odd/work/1-of-12-7"
HIDDEN=$room/nowhere SUBMISSIONS=$class GRADES=$odd "$BUILD/grade" >"$room/said.txt" 2>&1 && bad="it found HIDDEN"
[ ! -d "$odd/work/1-of-1-7" ] || bad="${bad:-it left what was killed there}"
[ -d "$odd/work/1-of-12-7" ] || bad="${bad:-it took away the work of another share}"
[ -d "$room/grades/work/1-of-1-7" ] || bad="${bad:-it took away the work of another class}"
rm -rf "$odd" "$room/grades/work/1-of-1-7"
verdict "a grader sweeps its own folder, whose path is no pattern" "$bad"

bad=
changed="$class/student 003/a/deep folder/files/$first.c"
cp "$changed" "$room/before.c"
echo "// once more" >>"$changed"
grade "$class" "$room/grades" || bad="it failed: $(tail -n 3 "$room/said.txt")"
[ "$(n_judged)" = 1 ] || bad="${bad:-$(n_judged) were judged}"
cp "$room/before.c" "$changed"
grade "$class" "$room/grades" || bad="${bad:-it failed: $(tail -n 3 "$room/said.txt")}"
verdict "of a class in which one file changed, only that one is judged" "$bad"

# ------------------------------------------------------------------ shares
bad=
cp -R "$room/grades/state" "$room/state"
for shard in 1/3 2/3 3/3; do
    mkdir -p "$room/share"
    [ "$n_students" -gt 50 ] || cp -R "$room/state" "$room/share" # quick: the verdicts are known
    grade "$class" "$room/share" SHARD=$shard || bad="${bad:-$shard failed: $(tail -n 3 "$room/said.txt")}"
done
GRADES=$room/merged "$BUILD/grade" merge "$room"/share/shards/*.tsv >"$room/said.txt" 2>&1 ||
    bad="${bad:-the merge failed: $(cat "$room/said.txt")}"
bad=${bad:-$(same "$room/merged/grades.csv" "$room/known.csv")}
without_times "$room/grades/results.json" >"$room/whole.json"
without_times "$room/merged/results.json" >"$room/merged.json"
bad=${bad:-$(same "$room/whole.json" "$room/merged.json")}
bad=${bad:-$(diff -r "$room/grades/feedback" "$room/merged/feedback" 2>&1 | head -n 3)}
verdict "three shares put together are the class" "$bad"

refuses() # name, what must be said, command...
{
    name=$1
    words=$2
    shift 2
    bad=
    "$@" >"$room/said.txt" 2>&1 && bad="it did not refuse"
    grep -q -e "$words" "$room/said.txt" || bad="${bad:-it said $(cat "$room/said.txt")}"
    verdict "$name" "$bad"
}

# What is on stdin as a share that nobody would know from a whole one.
sealed() # file
{
    sed '$d' >"$1"
    sum=$($sums "$1")
    printf 'end\t%s\n' "${sum%% *}" >>"$1"
}

sums=sha256sum # the system's own program
command -v $sums >/dev/null 2>&1 || sums='shasum -a 256'

merge()
{
    GRADES=$room/merged "$BUILD/grade" merge "$@"
}

shares=$room/share/shards
refuses "a missing share is not merged over" 'share 2 of 3 is missing' \
    merge "$shares/1-of-3.tsv" "$shares/3-of-3.tsv"
cp "$shares/2-of-3.tsv" "$shares/again.tsv"
refuses "a share that is there twice is refused" 'share 2 is there twice' merge "$shares"/*.tsv
sed '$d' "$shares/3-of-3.tsv" >"$shares/again.tsv"
refuses "a share that was cut short is refused" 'cut short' merge "$shares/again.tsv"
sed 's/^seed.*/seed	7/' "$shares/2-of-3.tsv" | sealed "$shares/again.tsv"
refuses "shares of different seeds are refused" 'another seed' \
    merge "$shares/1-of-3.tsv" "$shares/again.tsv" "$shares/3-of-3.tsv"
same "$room/merged/grades.csv" "$room/known.csv" >"$room/said.txt"
verdict "what cannot be merged leaves the grades alone" "$(cat "$room/said.txt")"

bad=
reports='grades.csv results.json junit.xml report.html'
for report in $reports feedback/old.txt; do echo old >"$room/merged/$report"; done
( # no file may have more than 1 KB: results.json has
    trap '' XFSZ
    ulimit -f 2
    merge "$shares"/[1-3]-of-3.tsv
) >"$room/said.txt" 2>&1 && bad="it claims success"
grep -q '^grade: cannot write ' "$room/said.txt" && [ "$(wc -l <"$room/said.txt")" -eq 1 ] || bad="${bad:-$(cat "$room/said.txt")}"
for report in $reports feedback/old.txt; do
    [ "$(cat "$room/merged/$report")" = old ] || bad="${bad:-$report is new, and others are not}"
done
GRADES=$room/deep/merged "$BUILD/grade" merge "$shares"/[1-3]-of-3.tsv >"$room/said.txt" 2>&1 || bad="${bad:-$(cat "$room/said.txt")}"
bad=${bad:-$(same "$room/deep/merged/grades.csv" "$room/known.csv")}
verdict "reports are new all together, or not at all" "$bad"

bad=
n_sums=0
for sum in $(find "$class" -name "$first.c" ! -path '*/solutions/*' ! -path '*/tests/*' -exec $sums {} + | cut -d ' ' -f 1); do
    n_sums=$((n_sums + 1))
    grep -q "\"sha256\": \"$sum\"" "$room/grades/results.json" || bad="results.json lacks $sum"
done
[ "$n_sums" -gt 2 ] || bad="${bad:-there were only $n_sums files to look at}"
verdict "results.json has the SHA-256 of what was handed in" "$bad"

# What the guide lists of the reports. (A class of a few has no grader error.)
bad=
for part in 'Needs a look by hand' 'Success by exercise' 'The mistakes most often named' 'How many points' 'What took longest'; do
    grep -q "<h2>$part" "$room/grades/report.html" || bad="${bad:-report.html has no \"$part\"}"
done
[ "$(grep -c '<testsuite name=' "$room/grades/junit.xml")" -eq "$n_students" ] || bad="${bad:-junit.xml has not a suite for each student}"
[ "$(ls "$room/grades/gradescope" | grep -c .)" -eq "$n_students" ] || bad="${bad:-gradescope/ has not a file for each student}"
sed -n '/{#results}/,$s/^|\( `.*\) |.*/\1/p' "$root/docs/instructors.md" | tr ',(' '\n\n' |
    sed -n 's/.*`\([a-z0-9]*\)`.*/\1/p' | grep -v -x null | sort -u >"$room/told.txt"
grep -o '"[a-z0-9]*": ' "$room/grades/results.json" | tr -d '": ' | sort -u >"$room/there.txt"
bad=${bad:-$(same "$room/told.txt" "$room/there.txt")}
verdict "the reports hold what the guide says of them" "$bad"

# ------------------------------------------------------------------ what a share may not say
damaged() # a sed script that damages a share, what writes it
{
    sed "$1" "$shares/3-of-3.tsv" | ${2:-sealed} "$room/damaged.tsv"
    merge "$shares/1-of-3.tsv" "$shares/2-of-3.tsv" "$room/damaged.tsv" >"$room/said.txt" 2>&1
    status=$?
    [ "$status" -eq 2 ] || bad="${bad:-$1: exit code $status}"
    [ "$(wc -l <"$room/said.txt")" -eq 1 ] || bad="${bad:-$1: not one sentence: $(cat "$room/said.txt")}"
}

bad=
tab=$(printf '\t')
for line in grades tests class shard seed isolation took chapter student part; do
    damaged "/^$line$tab/d"
done
for change in 's/^shard.*/shard	1	0/' 's/^shard.*/shard	4	3/' 's/^took.*/took	1e125/' 's/^took.*/took	-1/' \
    's/^took.*/took	nan/' 's/^isolation	./isolation	9/' 's/^class	\([^	]*\).*/class	\1	0/' \
    's/^seed.*/seed	/' 's/^chapter	\([^	]*\).*/chapter	\1	99999999999/' '/^row/{s/.*//;}' \
    's/^\(row	shown	[^	]*	[^	]*	[^	]*	[0-9]*\)	[0-9]*/\1	4000000/' \
    's/^\(row	shown	[^	]*	[^	]*	[^	]*\)	[0-9]*/\1	-4/' \
    's/^\(row.*	\)\(pass\|wrong\|not written\)	/\1splendid	/' 's/^part	[^	]*/part	99_nothing/' \
    's/^student	[0-9]*/student	0/' '$s/^/student	9	nobody\
/'; do
    damaged "$change"
done
# What is possible as it stands, and is not what was written.
as_it_is()
{
    cat >"$1"
}

for change in 's/^took	.*/took	7654.3/' '/^student/s/student 0/Student 0/' 's/^row.*/&x/' '$s/.$//'; do
    damaged "$change" as_it_is
done
printf 'grades\t1\0\nend\n' >"$room/damaged.tsv"
merge "$room/damaged.tsv" >"$room/said.txt" 2>&1 && bad="${bad:-a zero byte is taken}"
same "$room/merged/grades.csv" "$room/known.csv" >"$room/said.txt" || bad="${bad:-the grades moved}"
verdict "a share that is damaged anywhere is refused with one sentence" "$bad"

# ------------------------------------------------------------------ what students learn of hidden tests
bad=
sed -e 's/^row	shown/row	hidden/' -e 's/^\(row	hidden.*	\(wrong\|crash\|not written\|does not build\)	\).*/\1THE SECRET/' \
    "$room/grades/records.tsv" | sealed "$room/hidden.tsv"
GRADES=$room/told "$BUILD/grade" merge "$room/hidden.tsv" >"$room/said.txt" 2>&1 || bad=$(cat "$room/said.txt")
grep -q 'THE SECRET' "$room/told/results.json" || bad="${bad:-the instructor is not told}"
bad=${bad:-$(grep -r -l 'THE SECRET' "$room/told/feedback" "$room/told/gradescope")}
grep -q 'not passed: hidden test' "$room"/told/feedback/*.txt || bad="${bad:-nobody is told what did not pass}"
grep '"visibility": "after_published"' "$room"/told/gradescope/*.json | grep -q -v '"output": ""}' &&
    bad="${bad:-Gradescope shows more than passed or not}"
# Who has one of them is shown no total by Gradescope, so each has.
[ -z "$(grep -L '"visibility": "after_published"' "$room"/told/gradescope/*.json)" ] ||
    bad="${bad:-Gradescope shows a total that counts what is hidden}"
verdict "of a hidden test students learn whether it passed, and no more" "$bad"

# ------------------------------------------------------------------ the mistakes of a class
bad=
named() # what a test says, what of that is the mistake
{
    sed "s/^\(row	.*	\(wrong\|crash\)	\).*/\1$1/" "$room/grades/records.tsv" | sealed "$room/named.tsv"
    GRADES=$room/told "$BUILD/grade" merge "$room/named.tsv" >"$room/said.txt" 2>&1 || bad=$(cat "$room/said.txt")
    sed -n 's/^<tr><td class="n">[0-9]*<td>[a-z_0-9]*<td>\(.*\)<\/tr>$/\1/p' "$room/told/report.html" | sort -u >"$room/mistakes.txt"
    [ "$(cat "$room/mistakes.txt")" = "$2" ] || bad="${bad:-of \"$1\" it names $(cat "$room/mistakes.txt")}"
}
call='Called f(a, b, c, n) with a 0.5 -1.25 3 7 ...\\n(12), b 0.75 0.5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\\n3, n 3.'
named "$call\\\\nThe same array.\\\\na[0]: got 0.5, wanted 0.25 (3 of 12 elements differ).\\\\nThe 1 is too far." "The 1 is too far."
named "$call\\\\na[0]: got 0.5, wanted 0.25 (3 of\\\\n12 elements differ)." "a number that no known mistake explains"
named "$call\\\\nThe same array.\\\\nf crashed: it used element 7." "f crashed: it used element #."
named "Called f(3)." "Called f(#)."
verdict "a class is shown its mistakes, and not the calls that brought them to light" "$bad"

# ------------------------------------------------------------------ many runs, in the small course
[ "$n_students" -le 50 ] || into_small_course
CC=$real_cc
room=$course/build
mkdir -p "$room"
whole=100
file=$room/solved.c
sed 's/^\( *\)return false;/\1*out = number;\n\1return true;/; s/return NAN;/return number;/' "chapters/$first.c" >"$file"

# ------------------------------------------------------------------ a machine that stands still
# A suspended machine takes a long time on the clock and none on the processor. It is waited
# for beside all that follows, in a copy of the small course whose deadlines are short.
stand_still()
{
    mkdir -p "$still/$BUILD"
    cp -Rp Makefile chapters solutions tests "$still"
    for part in .flags grade objects calls caller wrong tests; do cp -Rp "$BUILD/$part" "$still/$BUILD"; done
    cd "$still" || return
    sed -i.orig -e 's/WALL_SECONDS = [0-9]*/WALL_SECONDS = 3/' -e 's/CHAPTER_CPU_SECONDS = [0-9]*/CHAPTER_CPU_SECONDS = 0/' \
        -e 's/LATE_WALL_SECONDS = [0-9]*/LATE_WALL_SECONDS = 1/' \
        tests/judge/judge.c
    grep -q 'CHAPTER_CPU_SECONDS = 0' tests/judge/judge.c || echo "the time for a chapter is elsewhere now"
    sed -i.orig -e 's/\.wall_seconds = 30 + 15 \* /.wall_seconds = 4 + 0 * /' -e 's/ASLEEP_SECONDS = [0-9]*/ASLEEP_SECONDS = 1/' \
        -e 's/ALL_COMPILERS = [0-9]*/ALL_COMPILERS = 1/' \
        tests/judge/submission.c
    sed -i.orig 's/\.cpu_seconds = [0-9]*/.cpu_seconds = 0.5/' tests/instructor/grade.c
    grep -q 'ALL_COMPILERS = 1, ASLEEP_SECONDS = 1 ' tests/judge/submission.c && grep -q 'cpu_seconds = 0.5,' tests/instructor/grade.c ||
        echo "the time for a compiler is elsewhere now"
    ! cmp -s tests/judge/judge.c tests/judge/judge.c.orig && ! cmp -s tests/judge/submission.c tests/judge/submission.c.orig ||
        echo "the deadlines are elsewhere now"
    # Only these three are built anew, and quickly: as if the others had been built with these flags.
    sed -i.orig 's/ -O1 / -O0 /' "$BUILD/.flags"
    touch -r "$BUILD/.flags.orig" "$BUILD/.flags"
    ${MAKE_COMMAND:-make} BUILD="$BUILD" TOOL_OPT=-O0 "$BUILD/tests/$first" "$BUILD/grade" >make.txt 2>&1 || cat make.txt
    mkdir -p class/slow class/stuck class/waits class/late
    { echo '#include <time.h>' && sed 's/return true;/while (clock() < CLOCKS_PER_SEC \/ 8) {}\n    &/' "$file"; } >"class/slow/$first.c"
    { cat "$file" && echo '// STUCK'; } >"class/stuck/$first.c"
    { cat "$file" && echo '// WAITS'; } >"class/waits/$first.c"
    { echo '#include <time.h>' && sed 's/return number;/while (clock() < 7 * CLOCKS_PER_SEC \/ 10) {}\n    &/' "$file"; } >"class/late/$first.c"
    printf '#!/bin/sh\nfor word; do\n    case $word in *.c) ! grep -s -q "^// STUCK" "$word" || kill -STOP $$; ! grep -s -q "^// WAITS" "$word" || sleep 60 ;; esac\ndone\nexec cc "$@"\n' >slow-cc
    chmod 755 slow-cc
    SUBMISSIONS=class GRADES=grades JOBS=1 CC=$still/slow-cc "$BUILD/grade" >said.txt 2>&1 &
    grading=$!
    # Our own two files come first, and are not looked for among all processes.
    while set -- grades/state/*.tsv && [ $# -lt 2 ] && grep -q -v ') Z ' "/proc/$grading/stat" 2>/dev/null; do
        sleep 0.2 2>/dev/null || sleep 1
    done
    # Twice in one test, since a judge asks twice: all that is at work, then the function alone.
    caller=
    while all=$(at_work); do
        read -r function parent <function.txt
        [ "${caller:-$parent}" = "$parent" ] || break
        kill -STOP "$function" 2>/dev/null && grep -q ') [RSTD] ' "/proc/$function/stat" 2>/dev/null || continue
        [ -z "$caller" ] || break
        caller=$parent
        # shellcheck disable=SC2086  # a list of numbers
        { kill -STOP $all; sleep 4; kill -CONT $all; } 2>/dev/null
    done
    [ -n "$caller" ] || echo "the function was never seen at work: are its ancestors others now?"
    wait $grading || tail -n 3 said.txt
    # Where nothing is filtered: a function that sleeps.
    mkdir -p waiting/sleeps
    { echo '#include <unistd.h>' && sed 's/return true;/sleep(30);\n    &/; s/return number;/sleep(30);\n    &/' "$file"; } >"waiting/sleeps/$first.c"
    SUBMISSIONS=waiting GRADES=waited JOBS=1 JUDGE_WITHOUT_SECCOMP=1 "$BUILD/grade" >waited.txt 2>&1 || tail -n 3 waited.txt
    # Where files are not fenced: a device that says nothing. And a compiler that takes its time in each step.
    echo '#include "/dev/ptmx"' | cat - "$file" >"$first.c"
    JUDGE_WITHOUT_SPACES=1 JUDGE_WITHOUT_LANDLOCK=1 "$BUILD/grade" check "$first" "$first.c" >device.txt 2>&1
    { cat "$file" && echo 'int helper(int x) { return helperr(x); }'; } >"$first.c"
    : >steps.txt
    chmod 666 steps.txt
    echo '#include <time.h>
int main(void) { while (clock() < 35 * CLOCKS_PER_SEC / 100) {} return 0; }' >busy.c
    cc busy.c -o busy
    printf '#!/bin/sh\n%s\necho step >>%s\nexec cc "$@"\n' "'$still/busy'" "'$still/steps.txt'" >slow-cc
    CC=$still/slow-cc JUDGE_WITHOUT_SPACES=1 JUDGE_WITHOUT_LANDLOCK=1 "$BUILD/grade" check "$first" "$first.c" >steady.txt 2>&1
}

# Waits until the judged function computes, and is in function.txt: the tests, their caller
# and its two children have one name. Says that and all else that the grader has started.
at_work()
{
    while grep -q -v ') Z ' "/proc/$grading/stat" 2>/dev/null; do
        cat /proc/[0-9]*/stat 2>/dev/null | awk -v grader=$grading -v name="($first)" '
            { parent[$1] = $4; runs[$1] = $3 == "R"; called[$1] = $2 == name }
            END {
                for (p in parent) {
                    n = 0
                    for (q = p; q in parent && q != grader; q = parent[q])
                        n += called[q]
                    if (q != grader)
                        continue
                    list = list " " p
                    if (runs[p] && n == 4)
                        print computes = p, parent[p] >"function.txt"
                }
                if (computes)
                    print list
                exit !computes
            }' && return
        sleep 0.04 2>/dev/null || sleep 1
    done
    return 1
}

still=$room/still
waiting=
if [ "$(uname -s)" = Linux ]; then
    stand_still >"$room/still.txt" 2>&1 &
    waiting=$!
fi

# ------------------------------------------------------------------ odd things handed in
odd=$room/odd
mkdir -p "$odd/links" "$odd/large" "$odd/two/a" "$odd/none" "$odd/nearly" "$odd/pipe" "$odd/bomb" \
    "$odd/upwards" "$odd/=1+1" "$odd/another chapter" "$room/tar/x"
cp "chapters/$first.c" "$room/tar/x"
ln -s "$(pwd)/solutions/$first.c" "$odd/links/$first.c"
ln -s /etc/passwd "$odd/links/other.txt"
head -c 2000000 /dev/zero >"$odd/large/$first.c"
cp "chapters/$first.c" "$odd/two"
cp "$file" "$odd/two/a"
echo "// not the same" >>"$odd/two/a/$first.c"
cp "chapters/$first.c" "$odd/nearly/$first (1).c"
cp "chapters/$first.c" "$odd/=1+1"
echo 'int add(int x); int add(int x) { return x + 1; }' >"$odd/another chapter/$first.c"
mkfifo "$odd/pipe/$first.c"
head -c 7000000 /dev/zero | gzip -1 >"$room/zeros.gz"
for k in 1 2 3 4 5 6 7 8 9 10; do cat "$room/zeros.gz"; done >"$odd/bomb/bomb.tar.gz"
tar -C "$room/tar/x" -cf "$odd/upwards/up.tar" --transform='s|^|../../../../|' "$first.c" 2>/dev/null ||
    tar -C "$room/tar" -cf "$odd/upwards/up.tar" x
tar -C "$room/tar" -czf "$room/whole.tar.gz" x
size=$(wc -c <"$room/whole.tar.gz")
for k in 1 2 3 4 5 6 7 8; do # archives with a few bytes wrong
    mkdir "$odd/damaged $k"
    cp "$room/whole.tar.gz" "$odd/damaged $k/x.tar.gz"
    printf 'abc' | dd of="$odd/damaged $k/x.tar.gz" bs=1 seek=$((k * size / 9)) conv=notrunc 2>/dev/null
done
if command -v zip >/dev/null 2>&1; then
    mkdir -p "$odd/zipped"
    head -c 2000000 /dev/zero >"$room/$first.c"
    (cd "$room" && zip -q "$odd/zipped/bomb.zip" "$first.c" && rm "$first.c" &&
        ln -s /etc/passwd "$first.c" && zip -q -y "$odd/zipped/link.zip" "$first.c")
fi
bad=
grade "$odd" "$room/odd-grades" || bad="it failed: $(tail -n 3 "$room/said.txt")"
says() # student, what the feedback must say
{
    grep -q -e "$2" "$room/odd-grades/feedback/$1.txt" || bad="${bad:-$1 is not told \"$2\": $(cat "$room/odd-grades/feedback/$1.txt")}"
}
says links "$first.c: ignored, a link"
says large "$first.c: ignored, 1 MB or more"
says two "two different files $first.c: $first.c counts, a/$first.c does not"
says none "there is no file with a chapter's name"
says nearly "not quite a chapter's"
says "another chapter" "has none of its functions: is it another chapter's file?"
says pipe "$first.c: ignored, no ordinary file"
says bomb "unpacks to more than 64 MB"
says upwards "^$first: 0 of "
for k in 1 2 3 4 5 6 7 8; do says "damaged $k" "cannot be read to its end, it is"; done
if [ -d "$odd/zipped" ]; then
    says zipped "bomb.zip/$first.c: ignored, 1 MB or more"
    says zipped "link.zip/$first.c: ignored, a link"
fi
grep -q "^\"'=1+1\"," "$room/odd-grades/grades.csv" || bad="${bad:-a name is a formula in grades.csv}"
[ -z "$(find "$room/odd-grades" -type l)" ] || bad="${bad:-a link got in}"
verdict "links, bombs, damaged archives and doubles are told of, and harm nobody" "$bad"

# ------------------------------------------------------------------ what the compiler may do
one=$room/one

hand_in() # student, files...: what is on stdin, and the files behind it
{
    mkdir -p "$one/$1"
    (to=$one/$1/$first.c && shift && cat - "$@" >"$to")
}

hand_in right "$file" </dev/null
hand_in "declares main, and inlines" "$file" <<'E'
extern int main();
inline int twice(int x);
inline int twice(int x) { return 2 * x; }
int four(void) { return twice(2); }
E
# (What only its main calls may be missing, as elsewhere.)
sed 's/^    float out = 0;$/& draw(last_words());/' "$file" >"$room/draws.c"
hand_in "ends where it never comes" "$room/draws.c" <<'E'
void draw(int x);
static int last_words(void) { return 1; }
int sign(int x);
int sign(int x)
{
    if (x < 0)
        return -1;
    if (x >= 0)
        return 1;
}
E
hand_in "blames the machine" <<'E'
#error No space left on device; Resource temporarily unavailable; Input/output error; cannot execute; static
E
printf '#error \033]0;owned\007\033[2J \302\233 \342\200\256 100 of 100\n' | hand_in "terminal codes"
echo 'int helper(int x) { return helperr(x); }' | hand_in "mistyped"
{ # by words that an assembler prints, and by a row so long that a terminal makes two of it
    echo '__asm__(".print \"  100 of 100 points\"\n.error \"undefined reference to - 100 of 100 points\"");'
    printf '__asm__(".error \\"%-80s100 of 100 points\\"");\n' row
} | hand_in "speaks for the judge"
echo "#include \"$course/solutions/$first.c\"" | hand_in "includes the solution"
echo "#include \"/proc/self/cwd/../../../../solutions/$first.c\"" | hand_in "includes through proc"
echo "__asm__(\".include \\\"$course/tests/$first.c\\\"\\n\");" | hand_in "assembles the tests"
echo "__asm__(\".include \\\"$course/tests/points.tsv\\\"\\n\");" | hand_in "assembles the points"
hand_in "assembles the environment" <<'E'
__asm__(".include \"/proc/self/environ\"\n.altmacro\n.macro say x\n.error \"seed \\x\"\n.endm\nsay %SEED\n");
E
echo '#include "/proc/self/environ"' | hand_in "includes the environment"

graded() # student, points
{
    grep -q "^\"$1\",$2," "$room/step/grades.csv" || bad="${bad:-$(grep "^\"$1\"" "$room/step/grades.csv"), not $2}"
}

quotes() # a pattern that no student may read
{
    if grep -r -q -e "$1" "$room/step/feedback"; then
        bad="${bad:-feedback quotes \"$1\": $(grep -r -e "$1" "$room/step/feedback" | head -n 1)}"
    fi
}

only() # students: the class has no others
{
    rm -rf "$room/some"
    mkdir "$room/some"
    for student; do cp -R "$one/$student" "$room/some"; done
}

step() # level, settings...
{
    level=$1
    shift
    bad=
    grade "$room/some" "$room/step" SEED=8123 TOKEN=a-secret-8124 "$@" ||
        bad="it failed: $(tail -n 3 "$room/said.txt")"
    reached=$(sed -n 's/^Isolation level \([123]\) of 3.*/\1/p' "$room/said.txt")
    [ "${reached:-0}" -ge "$level" ] || bad="${bad:-level ${reached:-none} was reached}"
    for student in right "declares main, and inlines" "ends where it never comes"; do
        [ ! -d "$room/some/$student" ] || graded "$student" "$whole"
    done
    for student in "blames the machine" "terminal codes" "mistyped" "speaks for the judge"; do
        [ ! -d "$room/some/$student" ] || graded "$student" 0
    done
    cat "$room"/step/feedback/*.txt | tr -d '\n' | LC_ALL=C grep -q '[^ -~]' &&
        bad="${bad:-a control character gets through}"
    quotes 8124
    if [ "${reached:-3}" -lt 3 ]; then
        for student in "$room/some"/includes* "$room/some"/assembles*; do
            [ ! -d "$student" ] || graded "$(basename "$student")" 0
        done
        quotes 8123
        quotes "$(sed -n 's/^Test(\([a-z0-9_]*, [a-z_]*\)).*/\1/p' "tests/$first.c" | head -n 1)"
    fi
    verdict "files that do not build, or read what is not theirs, at isolation level $level or below" "$bad"
}

if [ "$(uname -s)" = Linux ]; then
    mkdir "$room/some"
    cp -R "$one"/* "$room/some"
    step 1
    grep -q 'undefined reference to `helperr' "$room/step/feedback/mistyped.txt" ||
        verdict "a mistyped helper is named" "$(cat "$room/step/feedback/mistyped.txt")"
    only right "includes the solution" "assembles the tests" "assembles the environment"
    mask=$(umask)
    umask 077
    step 2 JUDGE_WITHOUT_SPACES=1
    umask "$mask"
fi
only right "blames the machine" "terminal codes"
step 3 JUDGE_WITHOUT_SPACES=1 JUDGE_WITHOUT_LANDLOCK=1 JUDGE_WITHOUT_SECCOMP=1
refuses "STRICT= refuses to grade below the highest level, whatever its value" 'STRICT= asks for isolation level 1' \
    env SUBMISSIONS="$one" GRADES="$room/step" STRICT=yes JUDGE_WITHOUT_SPACES=1 "$BUILD/grade"

# ------------------------------------------------------------------ one file: make check1 SUBMISSION=
check() # file, settings...: what is said is in said.txt, and the exit code the last line of it
{
    checked=$1
    shift
    env "$@" "$BUILD/grade" check "$first" "$checked" >"$room/said.txt" 2>&1
    echo "exit code $?" >>"$room/said.txt"
}

said() # what the check must have said
{
    grep -q -e "$1" "$room/said.txt" || bad="${bad:-it does not say \"$1\": $(cat "$room/said.txt")}"
}

bad=
mkdir -p "$BUILD/submission"
ls "$BUILD/submission" >"$room/before.txt"
check "$one/right/$first.c" JUDGE_WITHOUT_SPACES=1
said '^Judged at isolation level [23] of 3: no spaces of their own'
said "$whole of $whole points"
said 'exit code 0'
ln -s "$course/chapters/$first.c" "$room/link.c"
check "$room/link.c"
said 'it is a link to another file'
check "$room/nowhere.c"
said 'there is no such file'
check "$room/whole.tar.gz"
said 'it is an archive: unpack it and give the file in it'
check "$one/assembles the tests/$first.c"
said ' does not build: '
said 'exit code 1'
check "$one/terminal codes/$first.c"
tr -d '\n' <"$room/said.txt" | LC_ALL=C grep -q '[^ -~]' && bad="${bad:-a control character reaches the terminal}"
check "$one/mistyped/$first.c"
said "$first.c does not build: it calls helperr, and there is no function of that name"
check "$one/speaks for the judge/$first.c"
said '^| .*100 of 100 points'
said 'does not build: the first error above says where'
fold -w 80 "$room/said.txt" | grep -v '^| ' | grep -q '100 of 100' && bad="${bad:-a file speaks for the judge: $(cat "$room/said.txt")}"
long=$(printf '%066d' 0) # so long that a terminal would begin a row within the name
cp "$one/speaks for the judge/$first.c" "$room/$long 100 of 100 points.c"
check "$room/$long 100 of 100 points.c"
said '^\.\.\.0*.* 100 of 100 points.c does not build: '
ls "$BUILD/submission" | cmp -s - "$room/before.txt" || bad="${bad:-it leaves $(ls "$BUILD/submission")}"
verdict "one file is checked behind the fences of a class, and is quoted with a bar in front" "$bad"

# A function without return may be right by chance, at home as in a class.
bad=
cp "chapters/$first.c" "$room/kept.c"
sed 's/^    return false;$/    volatile bool done = true;\n    *out = number;\n    (void)done;/' "$room/kept.c" >"chapters/$first.c"
check "chapters/$first.c"
said 'returned neither true nor false'
env -u POINTS ${MAKE_COMMAND:-make} BUILD="$BUILD" "check${first%%_*}" >"$room/said.txt" 2>&1
said 'returned neither true nor false'
sed 's/^#define EXERCISE.*/&\nbool helperr(float x);/; s/^    return false;$/    return helperr(*out = number);/' "$room/kept.c" >"chapters/$first.c"
check "chapters/$first.c"
said 'does not build: it calls helperr'
env -u POINTS ${MAKE_COMMAND:-make} BUILD="$BUILD" "check${first%%_*}" >"$room/said.txt" 2>&1
said 'does not build: it calls helperr'
if command -v clang >/dev/null && command -v ld.lld >/dev/null; then # another linker has other words
    check "chapters/$first.c" CC='clang -fuse-ld=lld'
    said 'does not build: it calls helperr'
fi
cp "$room/kept.c" "chapters/$first.c"
verdict "who checks a file of his own is told what a class would be" "$bad"

# What a compiler has left is no way to any other file: neither read, nor written to, nor judged.
cat >"$room/leaves.sh" <<'E'
#!/bin/sh
[ "$1" != --version ] || exec cc "$@"
case "$*" in
*probe*) exec cc "$@" ;;
*PLANTED*)
    for left in build.log probe.c probe.log room others.c judge.log; do ln -sf ROOM/precious "$left"; done
    exit 1 ;;
*)
    ln -s WRONG FIRST.so
    ln -sf ROOM/precious judge.log ;;
esac
E
echo 'none of yours' >"$room/precious"
case $BUILD in
/*) wrong=$BUILD/wrong/$first.so ;;
*) wrong=$course/$BUILD/wrong/$first.so ;;
esac
bad=
for what in "$first.c" nothing; do
    sed -e "s|PLANTED|$what|" -e "s|ROOM|$room|" -e "s|FIRST|$first|" -e "s|WRONG|$wrong|" "$room/leaves.sh" >"$room/leaving.sh"
    chmod 755 "$room/leaving.sh"
    check "$one/right/$first.c" CC="$room/leaving.sh"
    said 'exit code 1'
    grep -q -e 'none of yours' -e "$whole of $whole" "$room/said.txt" && bad="${bad:-$(cat "$room/said.txt")}"
    grep -q -x 'none of yours' "$room/precious" || bad="${bad:-a file elsewhere is written to: $(cat "$room/precious")}"
done
verdict "a link that a compiler leaves leads nowhere" "$bad"

# A compiler that looks around, and says what it has seen.
cat >"$room/spy.sh" <<'E'
#!/bin/sh
case "$*" in
*NAME*) ;;
*) exec cc "$@" ;;
esac
env | sed 's/=.*//' | sort | grep -v -x -e _ -e PWD -e OLDPWD -e SHLVL | tr '\n' ' '
[ -z "$TOKEN$SEED$SUBMISSION" ] || echo "TOLD"
{ : >>/proc/sys/kernel/core_pattern; } 2>/dev/null && echo "OPENED"
{ : >>OUTSIDE; } 2>/dev/null
cat COURSE/tests/points.tsv 2>/dev/null && echo "READ"
[ ! -e COURSE/tests/points.tsv ] || echo "SAW"
exit 1
E
outside=${TMPDIR:-/tmp}/outside-$$
sed -i.orig -e "s|NAME|$first.c|" -e "s|COURSE|$course|g" -e "s|OUTSIDE|$outside|" "$room/spy.sh"
chmod 755 "$room" "$room/spy.sh"
bad=
for level in A=1 JUDGE_WITHOUT_SPACES=1; do
    [ "$(uname -s)" = Linux ] || break
    check "$one/right/$first.c" $level CC="$room/spy.sh" SEED=5 TOKEN=7
    said '^| CCACHE_DISABLE \(LD_LIBRARY_PATH \)\{0,1\}LC_ALL PATH TMPDIR '
    if [ -e "$outside" ] || grep -q -e TOLD -e OPENED -e '^| READ' "$room/said.txt" ||
        { [ $level = A=1 ] && ! grep -q 'isolation level' "$room/said.txt" && grep -q SAW "$room/said.txt"; }; then
        grep -q 'level 3' "$room/said.txt" || bad="${bad:-$level: $(grep -v '^ ' "$room/said.txt"; ls "$outside" 2>&1)}"
        rm -f "$outside"
    fi
done
verdict "a compiler has an empty environment, no file of the course, and nothing to set or to leave behind" "$bad"

# Folders that a compiler must read may lead to the course by a link on their way, and to what
# was built.
mkdir -p "$room/ways" "$whole_room/outside"
ln -s "$whole_room" "$room/ways/link"
for part in caller wrong tests; do cp -Rp "$BUILD/$part" "$whole_room/outside"; done
echo "#include \"$room/ways/link/toy/solutions/$first.c\"" >"$room/by-a-link.c"
echo "__asm__(\".incbin \\\"$whole_room/outside/tests/$first\\\"\");" | cat - "$file" >"$room/of-the-tests.c"
bad=
for odd in by-a-link of-the-tests; do
    [ "$(uname -s)" = Linux ] || break
    for way in "$room/ways/link/toy" "$whole_room/outside"; do
        check "$room/$odd.c" LD_LIBRARY_PATH="$way" BUILD="$whole_room/outside"
        grep -q 'level [23]' "$room/said.txt" || said "$odd.c does not build"
    done
done
check "$one/right/$first.c" LD_LIBRARY_PATH="$whole_room/outside" BUILD="$whole_room/outside"
said "$whole of $whole points"
verdict "neither the course nor what was built is there for a compiler, whatever way leads to them" "$bad"

# What only root may read, where a compiler must read. (Nobody must be able to come there.)
can_come=yes
folder=$room
while [ "$folder" != / ]; do
    case $(ls -ld "$folder") in
    d????????[xt]*) ;;
    *) can_come= ;;
    esac
    folder=$(dirname "$folder")
done
if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && [ -n "$can_come" ]; then
    mkdir "$room/ways/roots"
    echo '#error 8125' >"$room/ways/roots/secret.h"
    chmod 600 "$room/ways/roots/secret.h"
    echo "#include \"$room/ways/roots/secret.h\"" | cat - "$file" >"$room/of-roots.c"
    bad=
    for level in A=1 JUDGE_WITHOUT_SPACES=1; do
        check "$room/of-roots.c" $level LD_LIBRARY_PATH="$room/ways/roots"
        grep -q 'level 3' "$room/said.txt" || said 'ermission' # the line may be broken behind it
        check "$one/right/$first.c" $level LD_LIBRARY_PATH="$room/ways/roots"
        said "$whole of $whole points"
    done
    verdict "what only root may read, no compiler does" "$bad"
fi

# ------------------------------------------------------------------ the machine's failures
cat >"$room/broken.sh" <<'E'
#!/bin/sh
exec cc "$@"
E
chmod 755 "$room/broken.sh"
two=$room/machine
mkdir -p "$two/early" "$two/late"
cp "$file" "$two/early/$first.c"
bad=
grade "$two" "$room/broken" CC="$room/broken.sh" || bad="it failed: $(tail -n 3 "$room/said.txt")"
cp "$room/broken.sh" "$room/works.sh"
printf '#!/bin/sh\n[ "$1" != --version ] || exec cc "$@"\necho "%s.c:1:1: error: it is wrong"\nexit 1\n' "$first" \
    >"$room/broken.sh"
echo '// late' | cat "$file" - >"$two/late/$first.c"
grade "$two" "$room/broken" CC="$room/broken.sh" || bad="${bad:-it failed: $(tail -n 3 "$room/said.txt")}"
grep -q '^"late",?,?$' "$room/broken/grades.csv" || bad="${bad:-$(cat "$room/broken/grades.csv")}"
grep -q '"chapter": "'"$first"'", "earned": null' "$room/broken/results.json" || bad="${bad:-results.json: $(grep '"earned"' "$room/broken/results.json")}"
sed -n '/suite name="late"/,/<.testsuite>/p' "$room/broken/junit.xml" | grep -q '<error' || bad="${bad:-no error in junit.xml}"
grep -q '<failure' "$room/broken/junit.xml" && bad="${bad:-a failure in junit.xml}"
grep -q '"score"' "$room/broken/gradescope/late.json" && bad="${bad:-Gradescope has a score}"
sed -n '/Needs a look by hand: 1/,/<h2/p' "$room/broken/report.html" | grep -q 'late' || bad="${bad:-nobody is to look}"
grep -q "^\"early\",$whole," "$room/broken/grades.csv" || bad="${bad:-$(cat "$room/broken/grades.csv")}"
cp "$room/works.sh" "$room/broken.sh"
grade "$two" "$room/broken" CC="$room/broken.sh" || bad="${bad:-it failed: $(tail -n 3 "$room/said.txt")}"
grep -q "^\"late\",$whole," "$room/broken/grades.csv" || bad="${bad:-afterwards: $(cat "$room/broken/grades.csv")}"
verdict "a compiler that fails on every file is no fault of a file, and tried again later" "$bad"

# What the compiler points at is no machine's failure, and is not waited for.
two=$room/in-error
mkdir -p "$two/pointed at" "$two/linked"
echo 'not C' | cat "$file" - >"$two/pointed at/$first.c"
echo 'int missing(void); int uses(void); int uses(void) { return missing(); }' | cat "$file" - >"$two/linked/$first.c"
bad=
grade "$two" "$room/broken" || bad="it failed: $(tail -n 3 "$room/said.txt")"
said '^1 did not build, or could not be judged: each is tried once more, alone'
[ "$(grep -c '^"[a-z ]*",0,' "$room/broken/grades.csv")" -eq 2 ] || bad="${bad:-$(cat "$room/broken/grades.csv")}"
[ "$(grep -l -e "| $first.c:[0-9]*:[0-9]*: error: " -e 'missing' "$room/broken/feedback/"*.txt | grep -c .)" -eq 2 ] ||
    bad="${bad:-$(cat "$room/broken/feedback/"*.txt)}"
verdict "a file in which the compiler points at an error is built once, another one twice" "$bad"
bad=
rm -r "$two/pointed at"
grade "$two" "$room/broken" SEED=7 || bad="it failed: $(tail -n 3 "$room/said.txt")"
[ "$(n_judged)" = 1 ] || bad="${bad:-$(n_judged) of 1 were judged}"
verdict "another seed judges everybody anew" "$bad"
two=$room/machine

# In spaces of our own: a course that lies where compilers read, and a disk that is full.
cat >"$room/elsewhere.sh" <<'E'
mount --bind "$1" "$2" && cd "$2" || exit 77
echo "#include \"$2/solutions/$3.c\"" >"$4/thief.c"
"$5/grade" check "$3" "$4/thief.c"
echo "exit code $?"
mount -t tmpfs -o size=2m none "$4/small" || exit 77
mkdir -p "$4/small/grades" "$4/machine/full"
cp -R "$4/broken/state" "$4/small/grades" # the course's own solutions are judged
echo '// full' | cat "$4/machine/early/$3.c" - >"$4/machine/full/$3.c"
SUBMISSIONS=$4/machine GRADES=$4/small/grades CC=$4/broken.sh "$5/grade" >/dev/null 2>&1
cat "$4/small/grades/grades.csv"
mount -t tmpfs -o size=16k none "$4/small" || exit 77
# (One at a time: what two leave of the room for words would hang on their turns.)
SUBMISSIONS=$4/machine GRADES=$4/small/grades CC=$4/broken.sh JOBS=1 "$5/grade" 2>&1
E
place=
for place in /usr/lib/apt /usr/lib/udev /usr/lib/locale /usr/lib/rpm /usr/lib/systemd; do
    [ ! -d "$place" ] || break
done
mkdir -p "$room/small"
case $BUILD in
/*) built=$BUILD ;;
*) built=$course/$BUILD ;;
esac
if [ -d "$place" ] && unshare -rm true 2>/dev/null; then
    bad=
    BUILD=$built unshare -rm sh "$room/elsewhere.sh" "$course" "$place" "$first" "$room" "$built" >"$room/said.txt" 2>&1
    if [ $? -ne 77 ]; then
        grep -q 'level 3 of 3' "$room/said.txt" || said 'exit code 1'
        grep -q "^\"full\",\($whole\|?\)," "$room/said.txt" || bad="${bad:-a full disk: $(cat "$room/said.txt")}"
        said 'could not do its work here: is the disk full?$'
        verdict "a course below /usr is out of reach, and a full disk is nobody's zero" "$bad"
    fi
fi
# ------------------------------------------------------------------ settings
refused() # what must be said, settings...
{
    words=$1
    shift
    env SUBMISSIONS="$two" GRADES="$room/broken" "$@" "$BUILD/grade" >"$room/said.txt" 2>&1
    [ $? -eq 2 ] || bad="${bad:-$*: it did not refuse}"
    grep -q -e "$words" "$room/said.txt" || bad="${bad:-$*: it said $(cat "$room/said.txt")}"
}

bad=
for setting in SEED HIDDEN GRADES SHARD JOBS STRICT ONE_STUDENT; do refused "$setting= is set to nothing" $setting=; done
refused 'SHARD= is no share' SHARD=abc
refused 'SHARD= is no share' SHARD=0/3
refused 'SHARD= is no share' SHARD=4/3
refused 'SHARD= is no share' SHARD=1/3x
refused 'SEED= is longer' SEED="$(printf '%0201d' 7)"
refused 'JOBS= is no number' JOBS=abc
refused 'JOBS= is no number' JOBS=0
refused 'JOBS= is no number' JOBS=-2
mkdir "$room/nobody"
for no in 0 no off false; do refused 'there is nobody to grade' STRICT=$no JUDGE_WITHOUT_SPACES=1 SUBMISSIONS="$room/nobody"; done
refused 'STRICT= asks for isolation level 1' STRICT=1 JUDGE_WITHOUT_SPACES=1 SUBMISSIONS="$room/nobody"
refused 'the grades would lie in SUBMISSIONS' GRADES="$two/grades/of/all"
refused 'the grades would lie in SUBMISSIONS' SUBMISSIONS=/
[ ! -e "$two/grades" ] || bad="${bad:-a folder is left in SUBMISSIONS, and graded next time}"
mkdir -p "$room/reverse/shards" "$room/reverse/feedback/anna"
refused 'lies among the grades' SUBMISSIONS="$room/reverse/feedback" GRADES="$room/reverse"
refused 'lies among the grades' HIDDEN="$room/reverse/feedback" GRADES="$room/reverse"
[ -d "$room/reverse/feedback/anna" ] || bad="${bad:-what was handed in is lost}"
refused 'cannot read the folder' HIDDEN="$room/nowhere"
refused 'say whom to grade' SUBMISSIONS=
mkdir -p "$room/own/feedback"
echo 'written by hand' >"$room/own/feedback/anna.txt"
refused 'holds other things than grades' GRADES="$room/own"
GRADES=$room/own "$BUILD/grade" merge "$shares"/[1-3]-of-3.tsv >"$room/said.txt" 2>&1 && bad="${bad:-shares are merged into $room/own}"
[ "$(ls "$room/own" "$room/own/feedback" | tr '\n' ' ')" = "$(printf '%s:\nfeedback\n\n%s:\nanna.txt\n' "$room/own" "$room/own/feedback" | tr '\n' ' ')" ] ||
    bad="${bad:-what lay where grades should go is lost: $(ls "$room/own" "$room/own/feedback")}"
verdict "a setting that means nothing, or would harm, is refused with one sentence" "$bad"

# ------------------------------------------------------------------ hidden tests
hidden=$room/unseen
mkdir -p "$hidden"
function=$(awk -F '\t' -v c="$first" 'int($1) == int(c) { print $2; exit }' tests/points.tsv)
exercise=$(awk -F '\t' -v c="$first" 'int($1) == int(c) { print $1; exit }' tests/points.tsv)

table() # rows
{
    printf 'exercise\tfunction\ttest\tpoints\n' >"$hidden/points.tsv"
    for row; do printf '%b\n' "$row" >>"$hidden/points.tsv"; done
}

judge_objects() # what a test is linked with
{
    for object in "$BUILD"/objects/tests/judge/*.o "$BUILD/objects/tests/instructor/sha256.o"; do
        case $object in
        */submission.o | */command.o) ;;
        *) printf '%s ' "$object" ;;
        esac
    done
}

hidden_test() # what it does
{
    table "$exercise\t$function\tunseen\t7"
    {
        printf '#include "%s.h"\n#include "judge.h"\n' "$first"
        [ ! -f "$BUILD/calls/$first.h" ] || printf '#include "calls/%s.h"\n' "$first"
        printf 'JUDGE_CHAPTER(%d);\nTest(%s, unseen) { %s }\n' "$((${first%%_*}))" "$function" "$1"
    } >"$hidden/$first.c"
    # shellcheck disable=SC2086  # these are lists of words
    hidden_built=$(HIDDEN=$hidden CC=${CC:-cc} TOOL_FLAGS=${TOOL_FLAGS:--std=gnu11 -D_GNU_SOURCE -Itests -Itests/judge -I$BUILD} \
        CRITERION=${CRITERION:-$(sh tests/student/course.sh criterion)} \
        sh tests/instructor/hidden.sh $(judge_objects) 2>"$room/said.txt")
}

unfit() # what must be said of the hidden tests as they are
{
    refused "$1" HIDDEN="$hidden" HIDDEN_BUILT="$hidden_built" SUBMISSIONS="$one" GRADES="$room/step"
}

bad=
# shellcheck disable=SC2016
hidden_test 'expect_accepted(true, 0); judge_passed();' ||
    bad="it does not build: $(head -n 3 "$room/said.txt")"
unfit 'an empty file'
mv "$hidden" "$room/moved"
cp -R "$room/moved" "$hidden"
hidden=$room/moved
unfit 'an empty file'
verdict "a hidden test that an empty file passes grades nobody, from wherever it comes" "$bad"

bad=
others=$hidden_built
cp "$others/$first" "$room/of-others"
hidden_test 'judge_fail(WRONG, "it is never right");' || bad="it does not build: $(head -n 3 "$room/said.txt")"
unfit 'the solution of .* does not earn all'
grep -q "^$function/unseen: wrong: it is never right" "$room/said.txt" || bad="${bad:-it does not say why: $(cat "$room/said.txt")}"
cmp -s "$others/$first" "$room/of-others" || bad="${bad:-the tests of another HIDDEN, perhaps at work now, were replaced}"
[ -z "$(find "$hidden_built" -name '*.[0-9]*')" ] || bad="${bad:-something is left there: $(ls "$hidden_built")}"
verdict "a hidden test that the solution fails grades nobody" "$bad"

if [ "$first" = 51_toy ]; then
    bad=
    hidden_test 'float *out = floats_out(1), number = (float)random_normal();
        double wanted = (double)number;
        expect_accepted(CALL(say_yes_51, out, number), out);
        expect_floats(out, &wanted, NULL, 1, 1);
        judge_passed();' || bad="it does not build: $(head -n 3 "$room/said.txt")"
    for share in 1 2; do
        echo "enum { NUMBERS = $share };" >"$hidden/numbers.h"
        grade "$one" "$room/step" HIDDEN="$hidden" HIDDEN_BUILT="$hidden_built" SHARD="$share/2" ||
            bad="${bad:-share $share: $(tail -n 3 "$room/said.txt")}"
    done
    cp "$room/step/shards/2-of-2.tsv" "$room/of-others"
    echo "enum { NUMBERS = 1 };" >"$hidden/numbers.h"
    grade "$one" "$room/step" HIDDEN="$hidden" HIDDEN_BUILT="$hidden_built" SHARD=2/2
    GRADES=$room/merged "$BUILD/grade" merge "$room"/step/shards/[12]-of-2.tsv >"$room/said.txt" 2>&1 ||
        bad="${bad:-$(cat "$room/said.txt")}"
    cp "$room/of-others" "$room/step/shards/2-of-2.tsv"
    GRADES=$room/merged "$BUILD/grade" merge "$room"/step/shards/[12]-of-2.tsv >"$room/said.txt" 2>&1 &&
        bad="${bad:-they are merged}"
    grep -q 'judged by other tests' "$room/said.txt" || bad="${bad:-$(cat "$room/said.txt")}"
    rm "$hidden/numbers.h"
    verdict "shares that hidden tests with other headers judged are not merged" "$bad"
fi

bad=
cp "$hidden/points.tsv" "$room/points.tsv"
cp "$hidden/$first.c" "$hidden/9_trainer.c"
unfit 'HIDDEN has a file 9_trainer.c'
mv "$hidden/9_trainer.c" "$hidden/$first (1).c"
unfit 'HIDDEN has a file'
rm "$hidden/$first (1).c"
for row in "99.1\tnobody\tunseen\t7" "$exercise\tnobody\tunseen\t7" "$exercise\t$function\tother" \
    "$exercise\t$function\tother\tmany" "$exercise\t$function\tunseen\t7"; do
    table "$exercise\t$function\tunseen\t7" "$row"
    unfit 'points.tsv'
done
table "$exercise\t$function\tunseen\t999999"
unfit 'more than 100000 points in one chapter'
table
unfit 'it has no rows'
echo "$exercise	$function	unseen	7" >"$hidden/points.tsv"
unfit 'line 1 is not'
table "$exercise\t$function\tunseen\t7" "$exercise\t$function\tanother\t7"
unfit 'the solution of .* does not earn all' # its row names no test
cp "$room/points.tsv" "$hidden/points.tsv"
rm "$hidden/$first.c"
unfit "there is no $first.c beside it"
refused 'the grades would lie in HIDDEN' HIDDEN="$hidden" GRADES="$hidden/grades"
[ ! -e "$hidden/grades" ] || bad="${bad:-a folder is left in HIDDEN}"
verdict "a hidden file, row or test that matches nothing is an error" "$bad"
rm -rf "$BUILD"/hidden-*

# ------------------------------------------------------------------ ready to copy
# What Gradescope and Slurm start. What is built here is not built there again: there, the sources
# are older. That the bundle holds all that it takes to build it, make and its lists tell.
lacks() # folder: the first file that is missing there
{
    (
        cd "$1" || exit
        cat build/objects/tests/*.d build/objects/tests/*/*.d | tr ' :' '\n\n' | grep '^[a-z]*/' | sort -u |
            while read -r part; do [ -f "$part" ] || echo "it lacks $part"; done
        ${MAKE_COMMAND:-make} -n -B grade SUBMISSIONS=chapters 2>&1 | grep 'No rule'
    ) | head -n 1
}

if command -v zip >/dev/null 2>&1 && command -v unzip >/dev/null 2>&1; then
    AUTOGRADER=$whole_room/autograder
    export AUTOGRADER
    bad=
    mkdir -p "$AUTOGRADER/source" "$AUTOGRADER/submission"
    HIDDEN='' ${MAKE_COMMAND:-make} gradescope >"$room/said.txt" 2>&1 && bad="HIDDEN= set to nothing is taken"
    CDPATH=. SEED=7 ${MAKE_COMMAND:-make} gradescope >"$room/said.txt" 2>&1 || bad="${bad:-$(cat "$room/said.txt")}"
    unzip -q build/gradescope.zip -d "$AUTOGRADER/source"
    find "$AUTOGRADER/source/course" -type f -exec touch -t 200001010000 {} +
    mkdir "$AUTOGRADER/source/course/build"
    for part in .flags grade objects calls caller wrong tests; do
        cp -Rp "$BUILD/$part" "$AUTOGRADER/source/course/build"
    done
    bad=${bad:-$(lacks "$AUTOGRADER/source/course")}
    sh "$AUTOGRADER/source/setup.sh" >"$room/said.txt" 2>&1 </dev/null || bad="${bad:-setup.sh: $(cat "$room/said.txt")}"
    for folder in solutions:100 chapters:0; do
        cp "${folder%:*}/$first.c" "$AUTOGRADER/submission"
        sh "$AUTOGRADER/source/run_autograder" >"$room/said.txt" 2>&1 </dev/null || bad="${bad:-$(cat "$room/said.txt")}"
        grep -q "^  \"score\": ${folder#*:}," "$AUTOGRADER/results/results.json" ||
            bad="${bad:-$folder: $(grep -m 1 score "$AUTOGRADER/results/results.json")}"
    done
    grep -q '"seed": "7"' "$AUTOGRADER/source/course/build/grades/results.json" || bad="${bad:-the seed is another}"
    echo 'exit 1' >"$AUTOGRADER/source/course/build/grade"
    ! sh "$AUTOGRADER/source/run_autograder" >"$room/said.txt" 2>&1 </dev/null || bad="${bad:-a grader that fails is no failure}"
    [ ! -e "$AUTOGRADER/results/results.json" ] || bad="${bad:-a grader that fails leaves the results of another}"
    verdict "the bundle for Gradescope grades what is handed in, or fails" "$bad"
else
    echo 'left out: the bundle for Gradescope, which needs zip and unzip'
fi

bad=
for task in 1 2; do
    SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=2 SLURM_CPUS_PER_TASK=2 \
        sh tests/instructor/slurm.sh "$class" BUILD="$BUILD" GRADES="$room/array" >"$room/said.txt" 2>&1 </dev/null ||
        bad="${bad:-task $task: $(cat "$room/said.txt")}"
done
GRADES=$room/array ${MAKE_COMMAND:-make} grade-merge SHARDS="$room/array/shards" >"$room/said.txt" 2>&1 ||
    bad="${bad:-the merge: $(cat "$room/said.txt")}"
bad=${bad:-$(same "$room/array/grades.csv" "$whole_room/known.csv")}
sh tests/instructor/slurm.sh >"$room/said.txt" 2>&1 && bad="${bad:-without a class it does something}"
verdict "an array job of Slurm grades the class" "$bad"

# ------------------------------------------------------------------ names that students choose
toy=$room/toy
mkdir -p "$toy/chapters" "$toy/tests" "$toy/build/tests"
cp Makefile "$toy"
cp -R tests/student tests/instructor "$toy/tests"
echo 'int main(void) { return 0; }' >"$toy/chapters/98_toy.c"
: >"$toy/tests/98_toy.c"
# shellcheck disable=SC2016
printf '#!/bin/sh\nprintf "<%%s>\\n" "$SUBMISSIONS" "$GRADES" "$SHARDS" "$@"\n' >"$toy/build/grade"
: >"$toy/build/tests/98_toy"
chmod 755 "$toy/build/grade"

by_make() # goals and settings
{
    (cd "$toy" && env -u BUILD -u CC -u TOOL_FLAGS make -o build/grade -o build/tests/98_toy CRITERION=-lx "$@" \
        >said.txt 2>&1 </dev/null)
    [ ! -e "$toy/OWNED" ] || bad="${bad:-make $* has run a command out of a name}"
    rm -f "$toy/OWNED"
}

bad=
printf '#!/bin/sh\necho "<$GRADE_FLAGS>"\n' >"$toy/build/flags"
mv "$toy/build/grade" "$toy/build/names" && mv "$toy/build/flags" "$toy/build/grade" && chmod 755 "$toy/build/grade"
for opt in '' -O3; do
    by_make grade SUBMISSIONS=chapters ${opt:+OPT=$opt}
    grep -q -x -e "<${opt:--Og}>" "$toy/said.txt" || bad="${bad:-OPT=$opt: $(cat "$toy/said.txt")}"
done
mv "$toy/build/names" "$toy/build/grade"
verdict "a class is built with -Og, or with what OPT= says" "$bad"

bad=
# shellcheck disable=SC2016
for name in 'x$(shell touch OWNED)$$(touch OWNED)`touch OWNED`$(eval $(shell touch OWNED))' \
    "x'; touch OWNED; '" 'x"; touch OWNED; "' 'x y,z)%#:;\'; do
    mkdir -p "$toy/$name"
    cp "$toy/chapters/98_toy.c" "$toy/$name"
    by_make check98 SUBMISSION="$name/98_toy.c"
    printf '<%s>\n' "$name/98_toy.c" >"$room/wanted"
    tail -n "$(wc -l <"$room/wanted")" "$toy/said.txt" | cmp -s - "$room/wanted" ||
        bad="${bad:-$name: check98 $(cat "$toy/said.txt")}"
    by_make grade SUBMISSIONS="$name" GRADES="$name"
    head -n "$(wc -l <"$room/wanted")" "$toy/said.txt" | grep -q 98_toy && bad="${bad:-$name: $(cat "$toy/said.txt")}"
    printf '<%s>\n<%s>\n<>\n' "$name" "$name" >"$room/wanted"
    head -n "$(wc -l <"$room/wanted")" "$toy/said.txt" | cmp -s - "$room/wanted" ||
        bad="${bad:-$name: grade $(cat "$toy/said.txt")}"
    by_make grade SUBMISSIONS=chapters HIDDEN="$name"
    by_make grade-merge SHARDS="$name"
    by_make check98 SUBMISSION="nowhere/$name"
    by_make check SUBMISSION="$name"
done
by_make check98 SUBMISSION="$(printf 'no\033]0;owned\007where')"
tr -d '\n' <"$toy/said.txt" | LC_ALL=C grep -q '[^ -~]' && bad="${bad:-a control character reaches the terminal}"
for stray in 'grade HIDEN' 'grade SHARDS' 'grade E' 'grade SET' 'grade-merge SHARD' 'grade-merge SEED' 'gradescope STRICT'; do
    by_make "${stray% *}" "${stray#* }=1/2"
    grep -q 'has no setting' "$toy/said.txt" || bad="${bad:-$stray= is taken: $(cat "$toy/said.txt")}"
done
verdict "neither make nor a shell runs what stands in a name" "$bad"

# ------------------------------------------------------------------ the machine that stood still
if [ -n "$waiting" ]; then
    wait $waiting
    bad=$(cat "$room/still.txt")
    grep -q "^\"slow\",$whole," "$still/grades/grades.csv" || bad="${bad:-slow: $(cat "$still/grades/grades.csv")}"
    grep -q '^"stuck",?,' "$still/grades/grades.csv" || bad="${bad:-stuck: $(cat "$still/grades/grades.csv")}"
    grep -q '^[1-3] did not build, or could not be judged: each is tried once more' "$still/said.txt" ||
        bad="${bad:-$(cat "$still/said.txt")}"
    verdict "a machine that stood still while a file was built or judged is no fault of the file, and tried again" "$bad"
    bad=
    grep -q "^\"late\",60," "$still/grades/grades.csv" || bad="late: $(cat "$still/grades/grades.csv")"
    less='have taken 0.5 s'
    [ "${JUDGE_WITHOUT_SECCOMP:-0}" = 0 ] || less="$less\\|still running after 1 s" # where it may wait, too
    grep -q "$less" "$still/grades/feedback/late.txt" || bad="${bad:-$(cat "$still/grades/feedback/late.txt")}"
    verdict "whoever has used up the time of a chapter has less for the tests that are left" "$bad"
    bad=
    for seconds in 3 1; do
        [ "$(cat "$still/waited/feedback/sleeps.txt" | tr '\n' ' ' | grep -o "running after *$seconds s" | grep -c .)" = 1 ] ||
            bad="${bad:-$(cat "$still/waited/feedback/sleeps.txt")}"
    done
    verdict "where a function can sleep, it is waited for once, and not in each test" "$bad"
    bad=
    grep -q '^"waits",0,' "$still/grades/grades.csv" || bad="waits: $(cat "$still/grades/grades.csv")"
    grep -q 'waits for something that never comes' "$still/grades/feedback/waits.txt" || bad="${bad:-$(cat "$still/grades/feedback/waits.txt")}"
    [ ! -c /dev/ptmx ] || grep -q 'waits for something that never comes\|ptmx: Permission denied\|it includes /dev/ptmx' "$still/device.txt" ||
        bad="${bad:-$(cat "$still/device.txt")}"
    verdict "a compiler that sleeps, and is stopped by nobody, waits for what the file wants, and not for long" "$bad"
    bad=
    n_steps=$(grep -c step "$still/steps.txt")
    [ "$n_steps" -ge 2 ] && [ "$n_steps" -le 4 ] || bad="it took $n_steps steps: $(cat "$still/steady.txt")"
    grep -q "$first.c does not build" "$still/steady.txt" || bad="${bad:-$(cat "$still/steady.txt")}"
    verdict "all steps of building a file have one time together" "$bad"
fi
