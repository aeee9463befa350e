#!/bin/sh
# Tests `make grade` on a small class that is made for it, with grades known beforehand.
# Prints "ok NAME" and "not ok NAME: why". Everything must be built: make test does that.
#
#     sh tests/proof/class.sh                     a class of 8 with the first chapter
#     sh tests/proof/class.sh 300                 300 students, all chapters; takes minutes
set -u
LC_ALL=C
export LC_ALL
unset SUBMISSIONS HIDDEN SHARD STRICT SEED GRADES MAKEFLAGS MFLAGS MAKELEVEL
BUILD=${BUILD:-build}
export BUILD
n_students=${1:-8}
chapters=$(for f in tests/[0-9][0-9]_*.c; do basename "$f" .c; done)
[ "$n_students" -gt 50 ] || chapters=$(echo "$chapters" | head -n 1)
first=$(echo "$chapters" | head -n 1)
room=$(pwd)/build/class
rm -rf "$room"
mkdir -p "$room"
grading=
trap '[ -z "$grading" ] || kill -9 $grading 2>/dev/null; rm -rf "$room"' EXIT
trap 'exit 130' INT TERM

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
    cmp -s "$1" "$2" || diff "$1" "$2" | head -n 5
}

without_times() # a results.json
{
    grep -v '"seconds"' "$1"
}

# ------------------------------------------------------------------ a class, killed on the way
sh tests/proof/make_class.sh "$room" "$n_students" $chapters >"$room/said.txt" 2>&1 ||
    verdict "a class can be made" "$(cat "$room/said.txt")"
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
        sleep 0.1 2>/dev/null || sleep 1
    done
    kill -9 $grading 2>/dev/null || bad="it was done before it could be killed"
    wait $grading 2>/dev/null
    grading=
done
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

bad=
cp "$class/student 006/$first.c" "$room/before.c"
echo "// once more" >>"$class/student 006/$first.c"
grade "$class" "$room/grades" || bad="it failed: $(tail -n 3 "$room/said.txt")"
[ "$(n_judged)" = 1 ] || bad="${bad:-$(n_judged) were judged}"
cp "$room/before.c" "$class/student 006/$first.c"
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
sed 's/^seed.*/seed	7/' "$shares/2-of-3.tsv" >"$shares/again.tsv"
refuses "shares of different seeds are refused" 'another seed' \
    merge "$shares/1-of-3.tsv" "$shares/again.tsv" "$shares/3-of-3.tsv"
same "$room/merged/grades.csv" "$room/known.csv" >"$room/said.txt"
verdict "what cannot be merged leaves the grades alone" "$(cat "$room/said.txt")"

# ------------------------------------------------------------------ odd things handed in
odd=$room/odd
mkdir -p "$odd/links" "$odd/large" "$odd/two/a" "$odd/none" "$odd/nearly" "$odd/pipe" "$odd/bomb" \
    "$odd/upwards" "$odd/=1+1" "$room/tar/x"
cp "chapters/$first.c" "$room/tar/x"
file=$room/variants/$first-solved.c
[ -f "$file" ] || file=chapters/$first.c
ln -s "$(pwd)/solutions/$first.c" "$odd/links/$first.c"
ln -s /etc/passwd "$odd/links/other.txt"
head -c 2000000 /dev/zero >"$odd/large/$first.c"
cp "chapters/$first.c" "$odd/two"
cp "$file" "$odd/two/a"
echo "// not the same" >>"$odd/two/a/$first.c"
cp "chapters/$first.c" "$odd/nearly/$first (1).c"
cp "chapters/$first.c" "$odd/=1+1"
mkfifo "$odd/pipe/$first.c"
head -c 100000000 /dev/zero | gzip >"$odd/bomb/bomb.tar.gz"
tar -C "$room/tar/x" -cf "$odd/upwards/up.tar" --transform='s|^|../../../../|' "$first.c" 2>/dev/null ||
    tar -C "$room/tar" -cf "$odd/upwards/up.tar" x
tar -C "$room/tar" -czf "$room/whole.tar.gz" x
k=0
while [ "$k" -lt 8 ]; do # archives with a few bytes wrong
    k=$((k + 1))
    mkdir "$odd/damaged $k"
    cp "$room/whole.tar.gz" "$odd/damaged $k/x.tar.gz"
    printf 'abc' | dd of="$odd/damaged $k/x.tar.gz" bs=1 seek=$((k * 1111)) conv=notrunc 2>/dev/null
done
if command -v zip >/dev/null 2>&1; then
    mkdir -p "$odd/zipped"
    head -c 60000000 /dev/zero >"$room/$first.c"
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
says pipe "$first.c: ignored, no ordinary file"
says bomb "unpacks to more than 64 MB"
says upwards "^$first: 0 of "
for k in 1 2 3 4 5 6 7 8; do says "damaged $k" "cannot be read, it is"; done
if [ -d "$odd/zipped" ]; then
    says zipped "bomb.zip/$first.c: ignored, 1 MB or more"
    says zipped "link.zip/$first.c: ignored, a link"
fi
grep -q "^\"'=1+1\"," "$room/odd-grades/grades.csv" || bad="${bad:-a name is a formula in grades.csv}"
[ -z "$(find "$room/odd-grades" -type l)" ] || bad="${bad:-a link got in}"
verdict "links, bombs, damaged archives and doubles are told of, and harm nobody" "$bad"

bad=
sums() # of many files, by the system's own program
{
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum "$@"
    else
        shasum -a 256 "$@"
    fi
}
n_sums=0
for sum in $(sums "$class"/*/"$first.c" 2>/dev/null | cut -d ' ' -f 1); do
    n_sums=$((n_sums + 1))
    grep -q "\"sha256\": \"$sum\"" "$room/grades/results.json" || bad="results.json lacks $sum"
done
[ "$n_sums" -gt 2 ] || bad="${bad:-there were only $n_sums files to look at}"
verdict "results.json has the SHA-256 of what was handed in" "$bad"

# ------------------------------------------------------------------ isolation, step by step
one=$room/one
mkdir -p "$one/somebody"
cp "$file" "$one/somebody/$first.c"
whole=$(awk -F '\t' -v c="$first" 'int($1) == int(c) { sum += $4 } END { print sum }' tests/points.tsv)
if [ "$(uname -s)" = Linux ]; then
    for step in 1:A=1 2:JUDGE_WITHOUT_SPACES=1 3:JUDGE_WITHOUT_SECCOMP=1; do
        bad=
        grade "$one" "$room/step" "${step#*:}" || bad="it failed: $(tail -n 3 "$room/said.txt")"
        level=$(sed -n 's/^Isolation level \([123]\) of 3.*/\1/p' "$room/said.txt")
        [ "${level:-0}" -ge "${step%%:*}" ] || bad="${bad:-level ${level:-none} was reached}"
        grep -q "^\"somebody\",$whole," "$room/step/grades.csv" || bad="${bad:-$(tail -n 1 "$room/step/grades.csv")}"
        verdict "a right answer is right at isolation level ${step%%:*} or below" "$bad"
    done
fi
refuses "STRICT=1 refuses to grade below the highest level" 'STRICT= asks for isolation level 1' \
    env SUBMISSIONS="$one" GRADES="$room/step" STRICT=1 JUDGE_WITHOUT_SPACES=1 "$BUILD/grade"

# ------------------------------------------------------------------ hidden tests
hidden=$room/hidden
mkdir -p "$hidden" "$BUILD/hidden"
function=$(awk -F '\t' -v c="$first" 'int($1) == int(c) { print $2; exit }' tests/points.tsv)
exercise=$(awk -F '\t' -v c="$first" 'int($1) == int(c) { print $1; exit }' tests/points.tsv)
printf 'exercise\tfunction\ttest\tpoints\n%s\t%s\tunseen\t7\n' "$exercise" "$function" >"$hidden/points.tsv"

hidden_test() # what it does
{
    printf '#include "%s.h"\n#include "judge.h"\nJUDGE_CHAPTER(%d);\nTest(%s, unseen) { %s }\n' \
        "$first" "$((${first%%_*}))" "$function" "$1" >"$hidden/$first.c"
    # shellcheck disable=SC2086
    ${CC:-cc} ${TOOL_FLAGS:--std=gnu11 -D_GNU_SOURCE -Itests -Itests/judge} "$hidden/$first.c" \
        "$BUILD/objects/tests/judge/judge.o" "$BUILD/objects/tests/judge/sandbox.o" -o "$BUILD/hidden/$first" \
        ${LDFLAGS:-} ${CRITERION:-$(sh tests/student/course.sh criterion)} -ldl -lm >"$room/said.txt" 2>&1
}

bad=
# shellcheck disable=SC2016
hidden_test 'double x = 1; expect_number("x", x, 1, 0, NULL); judge_passed();' ||
    bad="it does not build: $(head -n 3 "$room/said.txt")"
refuses "a hidden test that an empty file passes grades nobody" 'an empty file' \
    env SUBMISSIONS="$one" GRADES="$room/step" HIDDEN="$hidden" "$BUILD/grade"
hidden_test 'judge_fail(WRONG, "never");' || bad="${bad:-it does not build}"
refuses "a hidden test that the solution fails grades nobody" 'the solution of .* does not earn all' \
    env SUBMISSIONS="$one" GRADES="$room/step" HIDDEN="$hidden" "$BUILD/grade"
rm -f "$BUILD/hidden/$first" "$BUILD/hidden/.from"
[ -z "$bad" ] || verdict "hidden tests build" "$bad"
