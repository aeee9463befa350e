#!/bin/sh
# Tests what `make grade` makes of what is handed in: exports of course systems, names that are
# nearly a chapter's, odd archives, and what should stop or slow the others. Prints "ok NAME" and
# "not ok NAME: why". Everything must be built: make test does that.
#
# It happens in a course of two small chapters, and, since the test of it would take longer than
# all others, archives have less time there.
# The files say `#error` and a letter: they are told from each other by their SHA-256, and are
# quick to judge.
set -u
LC_ALL=C
export LC_ALL
unset SUBMISSIONS HIDDEN SHARD STRICT SEED GRADES ONE_STUDENT MAKEFLAGS MFLAGS MAKELEVEL
BUILD=${BUILD:-build}
export BUILD
room=$(pwd)/build/collect
[ ! -d "$room" ] || chmod -R u+rwx "$room"
rm -rf "$room"
mkdir -p "$room/files"
trap 'chmod -R u+rwx "$room"; rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
grades=$room/grades
said=$room/said.txt
one=01_lookup
two=02_toy
two_word=${two#*_}

. tests/proof/toy.sh
${CC:-cc} tests/proof/odd_files.c -o "$room/odd_files" >"$said" 2>&1 || echo "not ok the maker of odd files builds: $(head -n 3 "$said")"
${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Itests -Itests/judge tests/proof/held.c tests/judge/sandbox.c -o "$room/held" -lm >"$said" 2>&1 ||
    echo "not ok the maker of somebody who is held builds: $(head -n 3 "$said")"
"$room/held" >"$room/held.txt" & # it waits while all else goes on
held=$!
toy_course 01 "$room/course" "${one#*_}"
toy_course 02 "$room/course" "$two_word"
CRITERION=${CRITERION:-$(sh tests/student/course.sh criterion)}
export CRITERION
cd "$room/course" || exit 1
case $BUILD in /*) BUILD=build ;; esac
sed -i.orig 's/archive_seconds = 2;/archive_seconds = 0.2;/' tests/instructor/collect.c
! cmp -s tests/instructor/collect.c tests/instructor/collect.c.orig || echo "not ok the time for archives is elsewhere now"
${MAKE_COMMAND:-make} -j2 BUILD="$BUILD" "$BUILD/tests/$one" "$BUILD/tests/$two" "$BUILD/grade" >"$said" 2>&1 ||
    echo "not ok a small course can be built: $(tail -n 3 "$said")"

sum_of() # file
{
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

for letter in A B C; do
    echo "#error $letter" >"$room/files/$letter"
    eval "sum_$letter=\$(sum_of \"\$room/files/$letter\")"
done
A=$room/files/A
B=$room/files/B
C=$room/files/C

verdict() # name
{
    if [ -z "$bad" ]; then
        echo "ok $1"
    else
        echo "not ok $1: $(printf '%s' "$bad" | head -n 5 | tr '\n' ' ')"
    fi
    bad=
}
bad=

fault() # what is wrong; the first one is told
{
    bad=${bad:-$1}
}

new_class()
{
    rm -rf "$room/class"
    class=$room/class
    mkdir -p "$class"
}

grade() # settings...
{
    env SUBMISSIONS="$class" GRADES="$grades" "$@" "$BUILD/grade" >"$said" 2>&1
}

graded() # settings... : as grade, which must be able to
{
    grade "$@" || fault "it failed: $(tail -n 3 "$said")"
}

refused() # words: it must refuse, with them
{
    ! grade || fault "it did not refuse: $(tail -n 2 "$said")"
    grep -q -e "$1" "$said" || fault "it does not say \"$1\": $(tail -n 2 "$said")"
    [ "$(grep -c '^grade: ' "$said")" = 1 ] || fault "it is not one sentence: $(cat "$said")"
}

rows() # the names of all students, in the order of the table
{
    sed -e 1d -e 's/^"\([^"]*\)".*/\1/' "$grades/grades.csv" >"$room/rows.txt"
    for name; do printf '%s\n' "$name"; done >"$room/wanted.txt"
    cmp -s "$room/rows.txt" "$room/wanted.txt" ||
        fault "the rows are $(tr '\n' ';' <"$room/rows.txt")"
}

counts() # student, chapter, file: what was judged; "" for nothing
{
    got=$(awk -F '\t' -v name="$1" -v chapter="$2" '
        $1 == "student" { mine = $3 == name }
        mine && $1 == "part" && $2 == chapter { print $3 }' "$grades/records.tsv" 2>/dev/null)
    wanted=
    [ -z "$3" ] || eval "wanted=\$sum_${3##*/}"
    [ "$got" = "$wanted" ] || fault "$1's $2 is not ${3:-missing}: $(cat "$grades/feedback/$1.txt" 2>&1)"
}

tells() # student, look or noted, words
{
    awk -F '\t' -v name="$1" -v kind="$2" -v words="$3" '
        $1 == "student" { mine = $3 == name }
        mine && $1 == "note" && $2 == kind && index($3, words) { found = 1 }
        END { exit !found }' "$grades/records.tsv" 2>/dev/null ||
        fault "$1 has no note \"$2: $3\": $(cat "$grades/feedback/$1.txt" 2>&1)"
}

looks() # how many need a look
{
    grep -q "^$1 need a look" "$said" || fault "not $1: $(grep 'need a look' "$said")"
}

pack() # archive.tar.gz, file, name in it
{
    mkdir -p "$room/pack" "$(dirname "$1")"
    cp "$2" "$room/pack/$3"
    tar -C "$room/pack" -czf "$1" "$3"
    rm -rf "$room/pack"
}

put() # A, B or C, path below the class: hundreds of times, so without a process
{
    to=$class/$2
    [ -d "${to%/*}" ] || mkdir -p "${to%/*}"
    echo "#error ${1##*/}" >"$to"
}

# ------------------------------------------------------------------ exports
new_class
put "$A" "beispielanna_101_501_$one.c"
put "$B" "beispielanna_101_502_$two.c"
put "$A" "bert_LATE_102_503_$one-1.c"
pack "$class/carl_103_504_work.tar.gz" "$A" "$one.c"
put "$A" dora_104_text.html
put "$B" "eve_105_507_$one-2.c"
put "$A" "eve_105_506_$one-1.c"
put "$C" "eve_105_505_$one.c"
put "$A" "fred_LATE_106_508_0${one#0} (1).c"
put "$A" gail_107_509_report.pdf
put "$A" "hugo_late_108_510_$one.c" # as older ones write it
put "$A" "$(printf 'm\303\274ller')_109_511_$one.c"
graded
rows beispielanna_101 bert_102 carl_103 dora_104 eve_105 fred_106 gail_107 hugo_108 "$(printf 'm\303\274ller_109')"
counts hugo_108 "$one" "$A"
counts beispielanna_101 "$one" "$A"
counts beispielanna_101 "$two" "$B"
counts bert_102 "$one" "$A"
counts carl_103 "$one" "$A"
counts eve_105 "$one" "$B"
tells eve_105 noted "was handed in before it"
tells fred_106 look "not quite a chapter's"
tells gail_107 look "no file with a chapter's name"
looks 3
verdict "an export of Canvas has a row for each student, and the last version counts"

new_class
for day in 29 30 31; do
    pack "$class/2026_01_$day.tar.gz" "$A" "$one.c"
done
pack "$class/2026_1_31.tar.gz" "$A" "$one.c"
pack "$class/x_2_31.tar.gz" "$A" "$one.c"
graded
rows 2026_01_29 2026_01_30 2026_01_31 2026_1_31 x_2_31
verdict "archives with dates for names are not taken for an export"

new_class
put "$A" "Anna Beispiel_201_assignsubmission_file_/$one.c"
put "$A" "Anna Beispiel_201_assignsubmission_onlinetext_/onlinetext.html"
put "$B" "Bert_202_assignsubmission_file_/$two.c"
put "$A" "Bert_202_assignsubmission_file_$one.c"
put "$A" "Carla_203_assignsubmission_onlinetext_/onlinetext.html"
put "$A" "Dora X_204_assignsubmission_file_$one.c"
pack "$class/Eve_205_assignsubmission_file_all.tar.gz" "$A" "$one.c"
put "$A" "Frank_206_assignsubmission_file_x_207_assignsubmission_file_$one.c"
put "$B" "Dora X_304_assignsubmission_file_$two.c" # of another assignment, or another Dora
graded
rows "Anna Beispiel_201" Bert_202 Carla_203 "Dora X_204" "Dora X_304" Eve_205 Frank_206
tells "Dora X_204" look "may be the same student"
tells "Dora X_304" look "may be the same student"
counts "Anna Beispiel_201" "$one" "$A"
counts Bert_202 "$one" "$A"
counts Bert_202 "$two" "$B"
counts "Dora X_204" "$one" "$A"
counts Eve_205 "$one" "$A"
looks 4
verdict "an export of Moodle, in folders or flat, has a row for each student"

new_class
put "$A" "HW_1 x_anna_attempt_2026-01-31-10-15-22_$one.c"
put "$B" "HW_1 x_anna_attempt_2026-02-01-09-00-00_$one.c"
put "$C" "HW_1 x_anna_attempt_2026-01-31-10-15-22_$two.c"
put "$A" "HW_1 x_anna_attempt_2026-01-31-10-15-22.txt"
put "$A" "HW_1 x_bert_attempt_2026-01-30-10-15-22.txt"
pack "$class/HW_1 x_carl_attempt_2026-01-30-10-15-22_work.tar.gz" "$A" "$one.c"
put "$A" "HW_1 x_dora_attempt_2026-01-30-10-15-22_anna_attempt_2026-03-01-10-15-22_$one.c"
graded
rows anna bert carl dora
counts anna "$one" "$B"
counts anna "$two" "$C"
counts carl "$one" "$A"
tells anna noted "was handed in before it"
tells dora look "not quite a chapter's"
looks 2
new_class
put "$A" "Chapter 1_anna_attempt_2026-01-31-10-15-22_$one.c"
put "$A" "Chapter 1_bert_attempt_2026-01-31-10-15-22_$one.c"
put "$B" "Chapter 2_anna_attempt_2026-02-07-10-15-22_$two.c"
graded
rows "Chapter 1_anna" "Chapter 1_bert" "Chapter 2_anna"
looks 2
verdict "an export of Blackboard has a row for each student, and the last attempt counts"

new_class
put "$A" index.html
put "$A" "12345-678 - Anna Beispiel - Jan 31, 2026 1015 AM/$one.c"
put "$B" "12345-678 - Anna Beispiel - Feb 1, 2026 105 PM/$one.c"
put "$C" "12345-678 - Anna Beispiel - Feb 1, 2026 1205 AM/$one.c"
put "$A" "12346-678 - Bert-Jan - van X - 05 March 2026 612 PM/a/$one.c"
put "$A" "12347-678 - Carla - 31 janvier 2026 1015/$one.c"
put "$A" "12348-678 - Anna Beispiel - Jan 31, 2026 1015 AM/$one.c"
mkdir "$class/12349-678 - Dora - Jan 31, 2026 1015 AM"
put "$A" "12350-678 - Mary- Ann - Jan 31, 2026 1015 AM/$one.c" # and as older ones write it
put "$B" "12350-678 - Mary- Ann- Feb 1, 2026 105 PM - $one.c"
graded
rows "Anna Beispiel" "Anna Beispiel (2)" "Bert-Jan - van X" Carla Dora "Mary- Ann"
counts "Mary- Ann" "$one" "$B"
counts "Anna Beispiel" "$one" "$B"
counts "Anna Beispiel (2)" "$one" "$A"
tells "Anna Beispiel" noted "was handed in before it"
tells "Anna Beispiel (2)" look "12348-678 - Anna Beispiel"
counts "Bert-Jan - van X" "$one" "$A"
counts Carla "$one" "$A"
grep -q '^index.html is ignored' "$said" || fault "index.html is not listed"
looks 2
verdict "an export of Brightspace has a row for each student, and the last one counts"

# A student chooses what stands behind Canvas's part of a name, or Blackboard's.
new_class
put "$A" "anna_101_501_$one.c"
put "$A" "victim_102_502_$one.c"
put "$B" "mallory_103_503_victim_attempt_2026-01-31-10-15-22_$one.c"
put "$B" "eve_104_504_victim_102_assignsubmission_file_$one.c"
graded
rows anna_101 eve_104 mallory_103 victim_102
counts victim_102 "$one" "$A"
tells mallory_103 look "not quite a chapter's"
new_class
put "$A" "HW_1_2_anna_attempt_2026-01-31-10-15-22_$one.c"
put "$A" "HW_1_2_victim_attempt_2026-01-31-10-15-22_$one.c"
put "$A" "HW_anna_attempt_2026-01-31-10-15-22_$two.c"
put "$B" "HW_1_2_eve_attempt_2026-01-31-10-15-22_victim_9_assignsubmission_file_$one.c"
graded
counts 1_2_anna "$one" "$A"
counts 1_2_victim "$one" "$A"
tells 1_2_eve look "not quite a chapter's"
new_class
put "$B" "mallory_103_503_victim_attempt_2026-01-31-10-15-22_$one.c"
graded
looks 1
verdict "whose a name is, the system of the class says, and nobody in the name of a file"

new_class
put "$A" "assignment_1_export/submission_11/$one.c"
put "$B" "assignment_1_export/submission_12/work/$one.c"
put "$C" "assignment_1_export/submission_13/$one.c"
put "$A" "assignment_1_export/submission_14/$one.c"
cat >"$class/assignment_1_export/submission_metadata.yml" <<'END'
---
submission_11:
  :submitters:
  - :name: Anna Beispiel
    :sid: '1'
    :email: anna@example.org
  :created_at: 2026-01-31 10:15:22.000000000 Z
  :score: 1.0
  :results:
    tests:
    - :name: Nobody
submission_12:
  :submitters:
  - :name: 'Bert O''Neill'
    :email: bert@example.org
  - :name: "../Carla"
    :sid:
  - :name: "\U00020BB7\u7530 \x41 \\"
submission_14:
  :submitters:
  - :name: 'Dora of a name that is longer than a line
      :name: Eve'
  - :name: |-
      Frida
      - :name: Gina
END
graded
rows "Anna Beispiel" "Bert O'Neill" "Dora of a name that is longer than a line" "_._Carla" submission_13 "|-" "$(printf '\360\240\256\267\347\224\260 A \\')"
counts "Anna Beispiel" "$one" "$A"
counts "Bert O'Neill" "$one" "$B"
counts "_._Carla" "$one" "$B"
counts submission_13 "$one" "$C"
verdict "an export of Gradescope has a row for each student, by name"

new_class
put "$A" "anna/HW/Version 9/$one.c"
put "$B" "anna/HW/Version 10/$one.c"
put "$A" "bert/HW/Version 1/$one.c"
put "$B" "bert/HW/Version 2/$one.c"
graded
counts anna "$one" "$B"
tells anna noted "was handed in before it"
counts bert "$one" "$B"
looks 0
verdict "of the versions that Teams keeps the last counts"

# ------------------------------------------------------------------ a class where a student should be
new_class
put "$A" "term/anna/$one.c"
put "$B" "term/bert/$one.c"
refused "give that folder as SUBMISSIONS="
graded ONE_STUDENT=1
rows term
tells term look "two different files"
tar -C "$class" -czf "$class/term.tar.gz" term
rm -rf "$class/term"
refused "unpack it"
new_class
put "$A" "term/anna/chapters/$one.c"
put "$A" "term/bert/chapters/$one.c"
refused "give that folder as SUBMISSIONS="
rm -rf "$class/term/bert/chapters"
put "$A" "term/bert/week 1/mine/$one.c"
refused "give that folder as SUBMISSIONS="
put "$A" "term 2/carl/$one.c"
put "$B" "term 2/dora/$one.c"
refused "grade one of them at a time, or say ONE_STUDENT=1"
graded ONE_STUDENT=1
rows term "term 2"
put "$A" "zoe/$one.c"
graded
rows term "term 2" zoe
new_class
put "$A" "anna/chapters/$one.c"
put "$B" "anna/old/$one.c"
graded
counts anna "$one" "$A"
new_class
put "$A" "in/beispielanna_101_501_$one.c"
put "$A" "in/bert_102_502_$one.c"
tar -C "$class/in" -czf "$class/export.tar.gz" .
mv "$class/in" "$room/in"
refused "unpack it"
rm "$class/export.tar.gz"
mv "$room/in" "$class/in"
graded
rows beispielanna_101 bert_102
cp -R "$class/in" "$class/in 2"
refused "one of them at a time"
put "$A" "zoe/$one.c"
graded
rows in "in 2" zoe
tells in look "are these several students"
looks 2
class=$class/x.zip
cp "$A" "$class"
refused "is an archive: unpack it"
new_class
put "$A" "$one.c"
put "$A" notes.txt
refused "a folder (or an archive) for each student"
verdict "a class in an only folder or archive is read or refused, never taken for a student"

new_class
put "$A" "anna/$one.c"
put "$A" "$one.c"
put "$A" "bert.C"
put "$A" notes.txt
put "$A" eve.rar
pack "$class/anna.tgz" "$B" "$one.c"
pack "$class/anna (1).tgz" "$B" "$one.c"
ln -s anna "$class/carl"
mkfifo "$class/queue"
graded
rows "$one.c" anna "anna (1)" anna.tgz bert.C carl eve.rar
tells "anna (1)" look "is it the same student"
tells anna.tgz look "is it the same student"
counts "$one.c" "$one" "$A"
tells "$one.c" look "whose is it"
tells carl look "a link"
tells eve.rar look "not read here"
for name in notes.txt queue; do
    grep -q "^$name is ignored" "$said" || fault "$name is not listed"
done
looks 6
verdict "what lies at the top of SUBMISSIONS is graded, asks for a look, or is listed"

# ------------------------------------------------------------------ names
number=${two%%_*}
number=${number#0}
upper=$(echo "$two" | tr a-z A-Z)
near_names()
{
    printf '%s\n' "$two.c.txt" "$two.cpp" "$two.C" "$two.c.c" "$two.c " "$two (1).c" "$two - Copy.c" \
        "$upper.C" "$upper.c" "${number}_$two_word.c" "0$number-$two_word.c" "$two_word.c" "$two_word.c.txt" \
        "0$number$two_word.c" "$two.h" "$two" "$two.pdf" "$two.c~" "chapter$number.c" "chapter$number (4).c" "0$number.c" \
        "0${number}_other.c" "Copy of $two.c" "anna_$two.c" "${two}_final.c" " $two.c" "$two,v2.c"
    printf '%s\320\276%s.c\n' "${two%%o*}" "${two#*o}" | grep -v "^$two.*$two" # another o
    printf '%s.\321\201\n' "$two" # another c
    printf '\357\274\220%s_%s.c\n' "$number" "$two_word" # a wide 0
    printf '%s\314\201.c\n' "$two" # an accent
}
near_names >"$room/near.txt"
new_class
n=$(grep -c . "$room/near.txt")
set --
while [ "$n" -gt 0 ]; do
    set -- "$@" "$class/alone $n" "$class/beside $n"
    n=$((n - 1))
done
mkdir "$@"
while IFS= read -r name; do
    n=$((n + 1))
    put "$A" "alone $n/$one.c"
    put "$B" "alone $n/$name"
    put "$A" "beside $n/$two.c"
    put "$B" "beside $n/$name"
    put "$B" "canvas_$((100 + n))_$((1000 + n))_$name"
    "$room/odd_files" "$class/packed $n.zip" 0 "x/$name=#error"
done <"$room/near.txt"
graded
awk -F '\t' -v two="$two" -v n="$n" -v sum="$sum_A" '
    $1 == "student" { name = $3; group = $3; sub(/[ _].*/, "", group); all[group]++ }
    $1 == "part" && $2 == two && (group != "beside" || $3 != sum) { print name " has " two }
    $1 == "note" && $2 == (group == "beside" ? "noted" : "look") && index($3, "not quite a chapter\047s: " two ".c") { told[group]++ }
    END {
        for (group in all)
            if (all[group] != n || told[group] != n)
                print told[group] + 0 " of " all[group] " of " group " are told, of " n
    }' "$grades/records.tsv" >"$room/wrong.txt"
[ ! -s "$room/wrong.txt" ] || fault "$(cat "$room/wrong.txt")"
looks $((3 * n))
new_class
for name in notes.txt Makefile data.tsv main.c helper.h ".$two.c.swp" "._$two.c"; do
    put "$A" "anna/$one.c"
    put "$A" "anna/$name"
done
for folder in build tests solutions .backup __MACOSX; do # somebody hands in the whole course
    put "$B" "anna/course/$folder/$one.c"
done
graded
counts anna "$one" "$A"
for folder in build tests solutions .backup __MACOSX; do
    tells anna noted "course/$folder: ignored, its folder is not handed in"
done
looks 0
verdict "a name that is nearly a chapter's asks for a look, unless the chapter is there"

new_class
esc=$(printf '\033')
bell=$(printf '\007')
put "$A" "$(printf 'Bert\nvictim,0,0\n100 of 100 points')/$one.c"
put "$A" "red$esc[31m$bell/$one.c"
put "$A" "$(printf 'c1 \302\23331m \233')/$one.c"
put "$A" "$(printf 'bidi \342\200\256cba\342\201\246')/$one.c"
put "$A" "$(printf 'bad \377\376 \300\257 \355\240\200')/$one.c"
put "$A" "$(printf '\357\274\2351+1')/$one.c"
put "$A" "=1+1/$one.c"
put "$A" " @x/$one.c"
put "$A" "-rf/$one.c"
put "$A" "$(printf '\302\240=nbsp')/$one.c"
put "$A" "$(printf '\343\200\200+wide')/$one.c"
put "$A" "$(printf 'fill\343\205\244\342\240\200er')/$one.c"
put "$A" "$(printf 'pile\314\201\314\201\314\201\314\201\314\201\314\201')/$one.c"
put "$A" "tab	tab/$one.c"
put "$A" "anna/x$esc[2J$two.c"
put "$A" "bert/$(printf 'a\nlook\tb')/c/$one (1).c"
mkfifo "$class/$(printf 'x\033[31m\n')$one.txt"
graded
[ "$(wc -l <"$grades/grades.csv")" -eq 18 ] || fault "grades.csv has $(wc -l <"$grades/grades.csv") lines"
if tr -d '\012' <"$said" | grep -q '[[:cntrl:]]'; then fault "a control character is printed"; fi
for report in "$said" "$grades/grades.csv" "$grades/records.tsv" "$grades/report.html" "$grades/results.json" "$grades/junit.xml"; do
    if grep -q "$esc\|$bell\|$(printf '\302\233')\|$(printf '\233')31m\|$(printf '\342\200\256')\|$(printf '\342\201\246')\|$(printf '\377')" "$report"; then
        fault "$(basename "$report") holds a name as it was given"
    fi
done
for name in "'=nbsp" "'+wide" 'fill??er'; do
    grep -q "^\"$name\"," "$grades/grades.csv" || fault "there is no row $name"
done
grep -q "pile.*??\"" "$grades/grades.csv" || fault "accents are piled up"
sed 1d "$grades/grades.csv" | grep -q "^\"[=+@-]\|^\"$(printf '\357\274\235')\|^[^\"]" && fault "a row of grades.csv is a formula"
ls "$grades/feedback" | grep -q '[[:cntrl:]]' && fault "a file's name has control characters"
ls "$grades/feedback" | grep -q '^-' && fault "a file's name is like an option"
submissions=$class
class=$room/$(printf 'x\033[31m')
mkdir "$class"
refused "there is nobody to grade"
grep -q "$esc" "$said" && fault "a refusal holds a name as it was given"
class=$submissions
verdict "no name reaches a terminal or a report as it was given"

new_class
put "$A" "Anna/$one.c"
put "$B" "anna/$one.c"
put "$A" "$(printf 'M\303\274ller')/$one.c"
put "$B" "$(printf 'Mu\314\210ller')/$one.c"
put "$A" "$(printf 'x\001')/$one.c"
put "$B" "$(printf 'x\002')/$one.c"
put "$C" "x? (2)/$one.c"
put "$A" "$(printf '%0240d' 0)1/$one.c"
put "$B" "$(printf '%0240d' 0)2/$one.c"
put "$A" "b$(printf '\320\276')b/$one.c"
put "$B" "bob/$one.c"
graded
[ "$(ls "$class" | grep -c .)" -eq 11 ] || n_alike=$(ls "$class" | grep -c .) # macOS folds names itself
n_alike=${n_alike:-11}
[ "$(ls "$grades/feedback" | tr A-Z a-z | sort -u | grep -c .)" -eq "$n_alike" ] ||
    fault "there are $(ls "$grades/feedback" | grep -c .) feedbacks: $(ls "$grades/feedback")"
[ "$(sed 1d "$grades/grades.csv" | tr A-Z a-z | sort -u | grep -c .)" -eq "$n_alike" ] ||
    fault "there are not $n_alike rows"
[ "$n_alike" -ne 11 ] || { counts Anna "$one" "$A" && counts "anna (2)" "$one" "$B"; }
# The same letter in one character or in two, or as mathematicians write it.
new_class
put "$A" "anna/$one.c"
set -- anna
for pair in '\343\201\214 \343\201\213\343\202\231' '\343\203\221 \343\203\217\343\202\232' '\316\206 \316\221\314\201' \
    '\341\274\220 \316\265\314\223' '\320\203 \320\223\314\201' '\330\242 \330\247\331\223' \
    '\340\244\251 \340\244\250\340\244\274' '\307\246 G\314\214'; do
    for letter in $pair; do put "$B" "x$(printf "$letter")/$one.c"; done
done
put "$B" "$(printf '\360\235\226\272\360\235\227\207\360\235\227\207\360\235\226\272')/$one.c"
graded
[ "$(grep -c ' (2)"' "$grades/grades.csv")" = 9 ] || fault "not 9 of these are told from those that look the same: $(cat "$grades/grades.csv")"
[ "$n_alike" -ne 11 ] || looks 9
verdict "students whose names look the same stay two, each with a feedback"

# Other systems refuse such names, and a program that packs all feedbacks refuses all of them.
new_class
for name in 'a:b' 'a*b' 'a"b' 'a<b>' 'a|b' 'a\\b' 'a%3Ab' 'con' 'NUL.x' "$(printf 'a\001b')"; do
    put "$A" "$name/$one.c"
done
graded
for folder in feedback gradescope; do
    ls "$grades/$folder" | grep -q -i -e '[]:*"<>?|\\]' -e '^con\.' -e '^nul\.' && fault "$folder holds $(ls "$grades/$folder")"
    [ "$(ls "$grades/$folder" | grep -c .)" -eq 10 ] || fault "there are $(ls "$grades/$folder" | grep -c .) in $folder"
done
[ -f "$grades/feedback/a%3Ab.txt" ] && [ -f "$grades/feedback/a%253Ab.txt" ] || fault "$(ls "$grades/feedback")"
verdict "a feedback has a name that every system takes"

# ------------------------------------------------------------------ one submission and the others
new_class
put "$A" "victim/$one.c"
long=$(printf '%0235d' 0 | tr 0 d)
mkdir -p "$room/$long/$long"
cp "$A" "$room/$long/$long/$one.c"
(cd "$room" && tar -czf deep.tgz "$long/$long/$one.c")
mkdir "$class/deep"
(
    cd "$class/deep" || exit
    n=1
    while [ $n -le 16 ] && [ "$(pwd | wc -c)" -lt 3840 ]; do
        mkdir "$long" && cd "$long" && n=$((n + 1)) || exit
    done
    cp "$room/deep.tgz" .
)
mkdir -p "$class/nested/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18"
cp "$A" "$class/nested/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/$one.c"
mkdir "$class/loop" && ln -s . "$class/loop/again" && ln -s ../loop "$class/loop/up"
ln -s "$one.c" "$class/loop/$one.c"
mkdir "$class/pipe" && mkfifo "$class/pipe/$one.c" "$class/pipe/x.zip"
mkdir "$class/closed" "$class/closed/inner" && put "$A" "closed/$one.c"
chmod 0 "$class/closed/$one.c" "$class/closed/inner"
mkdir "$class/shut" && chmod 0 "$class/shut"
mkdir -p "$class/many/0" # names of one file are quicker to make than many files
names() # folder, which, of what
{
    (cd "$1" && awk "BEGIN { $2 }" | "$room/odd_files" -l "${3:-$room/files/A}") || fault "cannot make many names"
}

names "$class/many/0" 'for (k = 0; k < 300; k++) print k ".txt"'
(cd "$class/many" && awk 'BEGIN { for (k = 1; k <= 34; k++) print k }' | xargs mkdir)
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34; do
    ln "$class"/many/0/* "$class/many/$k"
done
mkdir "$class/bombs"
head -c 6000000 /dev/zero | gzip -1 >"$room/zeros.gz"
for k in 1 2 3 4 5 6 7 8 9 10; do cat "$room/zeros.gz"; done >"$class/bombs/1.tgz"
names "$class/bombs" 'for (k = 2; k <= 30; k++) print k ".tgz"' "$class/bombs/1.tgz"
mkdir "$class/packs"
pack "$class/packs/1.tgz" "$A" "$one.c"
names "$class/packs" 'for (k = 2; k <= 40; k++) print k ".tgz"' "$class/packs/1.tgz"
mkdir "$class/noise"
names "$class/noise" "for (k = 1; k <= 300; k++) print \"$two \" k \".c\\n\" k \".rtf\""
mkdir "$class/export" # it looks like one, and its table names a folder a million times
(cd "$class/export" && awk 'BEGIN { for (k = 0; k < 1000; k++) print "submission_" k }' | xargs mkdir)
awk 'BEGIN { for (k = 0; k < 1000000; k++) print "submission_x:" }' >"$class/export/submission_metadata.yml"
names "$class/export" 'for (k = 1000; k < 3000; k++) print "submission_" k'
names "$class/export" 'for (k = 0; k < 2000; k++) print k "_attempt_2026-01-31-10-15-22_a"'
(ulimit -t 3; grade) || fault "it failed, or took too long: $(tail -n 3 "$said")"
counts victim "$one" "$A"
counts deep "$one" "$A"
tells nested look "too many folders"
tells loop look "$one.c: ignored, a link"
tells pipe look "$one.c: ignored, no ordinary file"
tells pipe look "x.zip: ignored, no ordinary file"
tells many look "more than 10000 files"
tells packs look "more than 32 archives"
tells bombs look "takes too long"
tells noise look "more that ask for a look"
tells noise noted "and 280 more that were ignored"
[ "$(grep -c "$two [0-9]*.c: ignored" "$grades/feedback/noise.txt")" = 20 ] || fault "noise fills its feedback"
[ "$(grep -c "^note" "$grades/records.tsv")" -lt 160 ] || fault "there are $(grep -c "^note" "$grades/records.tsv") notes"
if [ "$(id -u)" != 0 ]; then
    tells closed look "$one.c: cannot be read"
    tells closed look "inner: cannot be read"
    tells shut look "cannot be read"
fi
chmod -R u+rwx "$class/closed" "$class/shut"
verdict "long paths, bombs, loops, pipes, ten thousand files and long tables are noted and stop nobody"

new_class
mkdir "$class/zeros" "$class/wide" "$class/old mac" "$class/windows" "$class/folder" "$class/link" "$class/empty"
: >"$class/empty/$one.c"
head -c 3000 /dev/zero >"$class/zeros/$one.c"
sed 's/./&@/g' "$A" | tr '@' '\000' >"$class/wide/$one.c"
printf '#error a\rint x;\r' >"$class/old mac/$one.c"
{ printf '\357\273\277' && printf '#error a\r\nint x;'; } >"$class/windows/$one.c"
mkdir "$class/folder/$one.c"
ln -s "$A" "$class/link/$one.c"
graded
tells zeros look "$one.c: it holds bytes of zero"
tells empty look "$one.c: it is empty"
tells wide look "$one.c: it holds bytes of zero"
tells "old mac" look "all of it is one line"
tells folder look "no file with a chapter's name"
tells link look "$one.c: ignored, a link"
looks 6
verdict "a file that is no text for a compiler asks for a look, other line ends do not"

# ------------------------------------------------------------------ archives
new_class
mkdir -p "$class/again" "$class/slashes" "$class/members" "$class/behind" "$class/inner" "$class/paths" "$class/cut"
cp "$A" "$room/$one.c" && tar -C "$room" -cf "$class/again/work.tar" "$one.c"
cp "$B" "$room/$one.c" && tar -C "$room" -rf "$class/again/work.tar" "./$one.c"
tar -C "$room" -cf "$room/b.tar" "$one.c"
head -c 512 "$room/b.tar" | gzip >"$class/members/work.tgz"
tail -c +513 "$room/b.tar" | gzip >>"$class/members/work.tgz"
{ gzip <"$room/b.tar" && echo more; } >"$class/behind/1.tgz"
{ cat "$room/b.tar" "$room/b.tar"; } >"$class/behind/2.tar"
head -c 515 "$room/b.tar" >"$class/cut/1.tar"
gzip <"$room/b.tar" | head -c 60 >"$class/cut/2.tgz"
"$room/odd_files" "$class/slashes/all.zip" 0 "$one.c=#error A
" ".//././/$one.c=#error B
"
"$room/odd_files" "$class/behind/3.zip" 1 "$one.c=#error B
" && echo more >>"$class/behind/3.zip"
"$room/odd_files" "$room/work.zip" 1 "$one.c=#error A
"
tar -C "$room" -czf "$class/inner/all.tgz" work.zip
mkdir -p "$room/x/chapters" "$room/x/old" && cp "$A" "$room/x/chapters/$one.c" && cp "$B" "$room/x/old/$one.c"
tar -C "$room" -czf "$class/paths/all.tgz" x
mkdir "$class/large" "$class/wrapped" "$class/last"
"$room/odd_files" "$class/large/all.zip" 70000 "$one.c=#error A
"
"$room/odd_files" "$class/wrapped/wrapped.zip" 65536 "$one.c=#error A
" "$two.c=#error A
"
mkdir "$class/locked"
"$room/odd_files" "$class/locked/all.zip" 1 "!$two.c=#error B
" "$one.c=#error A
"
mkdir "$class/large numbers" "$class/empty" "$class/holes"
"$room/odd_files" "$class/large numbers/all.zip" 1 "%$one.c=#error A
" "$two.c=#error B
"
"$room/odd_files" "$class/empty/1.zip" 0
: >"$class/empty/2.tar"
(cd "$room/x/old" && tar --format=pax --pax-option=GNU.sparse.major:=1 -cf "$class/holes/all.tar" "$one.c" 2>/dev/null) ||
    rm -rf "$class/holes" # not every tar can write such
mkdir "$class/is tgz" "$class/is tar" "$class/is zip"
tar -C "$room/x/old" -czf "$class/is tgz/all.zip" "$one.c"
tar -C "$room/x/old" -cf "$class/is tar/all.tar.gz" "$one.c"
cp "$room/work.zip" "$class/is zip/all.tar"
for ending in rar 7z tar.xz TXZ tbz tar.bz2 tar.Z tar.lzma zst zipx dmg jar egg; do
    put "$B" "packed/$one.$ending"
    put "$B" "top.$ending"
done
put "$A" "packed/$one.c"
rm "$room/$one.c" && ln -s "$A" "$room/$one.c"
tar -C "$room/x/old" -cf "$class/last/work.tar" "$one.c" && tar -C "$room" -rf "$class/last/work.tar" "$one.c"
graded
counts again "$one" "$B"
tells again noted "there more than once in the archive, the last one counts"
counts members "$one" "$B"
counts behind "$one" "$B"
counts slashes "$one" "$B"
for name in 1.tgz 2.tar 3.zip; do tells behind look "$name: cannot be read to its end, something stands behind"; done
tells cut look "1.tar: cannot be read to its end"
tells cut look "2.tgz: cannot be read to its end"
tells inner look "work.zip: ignored, an archive in an archive is not read"
counts paths "$one" "$A"
tells paths look "two different files $one.c in all.tgz: x/chapters/$one.c counts"
counts large "$one" "$A"
tells wrapped look "more entries than it says"
counts locked "$one" "$A"
tells locked look "an entry is encrypted"
counts last "$one" ""
tells last look "the last one is no file that counts"
counts "large numbers" "$one" "$A"
counts "large numbers" "$two" "$B"
for name in 1.zip 2.tar; do tells empty look "$name: cannot be read to its end, there is no file in it"; done
[ ! -d "$class/holes" ] || tells holes look "$one.c: ignored, no ordinary file"
counts "is tgz" "$one" "$B"
counts "is tar" "$one" "$B"
counts "is zip" "$one" "$A"
for ending in rar 7z tar.xz TXZ tbz tar.bz2 tar.Z tar.lzma zst zipx dmg jar egg; do
    tells packed look "$one.$ending: cannot be read to its end, it is an archive of a kind"
    tells "top.$ending" look "an archive of a kind that is not read here"
done
verdict "the last version in an archive counts, and what is not read of one asks for a look"

new_class
put "$A" "anna/$one.c"
mkdir "$class/mallory"
k=0
set --
while [ "$k" -lt 30 ]; do
    k=$((k + 1))
    set -- "$@" "$(printf 'd%02d/%s%s.c' $((99 - k)) "$([ "$k" -gt 15 ] || echo d/)" "$one")=#error $k
"
done
"$room/odd_files" "$class/mallory/1.zip" 0 "$@"
graded
n_before=$(ls "$grades/files" | grep -c .)
put "$B" "anna/$one.c"
graded
n_after=$(ls "$grades/files" | grep -c .)
[ "$n_before" -le 2 ] || fault "$n_before files are kept of 2 that count"
[ "$n_after" -le 2 ] || fault "$n_after files are kept of 2 that count"
[ -f "$grades/files/$sum_B.c" ] || fault "what was handed in is not kept"
verdict "of many versions of a file only the one that counts is kept"

touch -t 202001010000 "$grades"/state/*.tsv
old=$sum_A.tsv
echo x >"$grades/state/$old" && touch -t 202001010000 "$grades/state/$old"
echo x >"$grades/state/mine.tsv" && touch -t 202001010000 "$grades/state/mine.tsv"
echo x >"$grades/state/new.tsv"
n_before=$(ls "$grades/state" | grep -c .)
graded
[ ! -f "$grades/state/$old" ] || fault "a verdict that nobody has used for years is there"
[ -f "$grades/state/new.tsv" ] || fault "a new verdict is gone"
[ -f "$grades/state/mine.tsv" ] || fault "a file that is no verdict is gone"
[ "$(ls "$grades/state" | grep -c .)" -lt "$n_before" ] || fault "nothing is forgotten"
[ "$(find "$grades/state" -name '*.tsv' ! -name mine.tsv -mtime +1 | grep -c .)" = 0 ] || fault "a used verdict is not marked"
grep -q ' files; 0 judged now' "$said" || fault "a used verdict was forgotten: $(grep 'judged now' "$said")"
rm "$grades/state/new.tsv" "$grades/state/mine.tsv"
verdict "verdicts that nobody used for a month are forgotten, the others are not"

# ------------------------------------------------------------------ a chapter that is missing
new_class
put "$A" "anna/$one.c"
put "$A" "anna/$two.c"
mkdir -p "$room/build/tests"
for f in tests/[0-9][0-9]_*.c; do
    ln -s "$(cd "$BUILD" && pwd)/tests/$(basename "$f" .c)" "$room/build/tests"
done
rm "$room/build/tests/$two"
BUILD=$room/build SUBMISSIONS=$class GRADES=$grades "$BUILD/grade" >"$said" 2>&1 &&
    fault "it graded without the tests of $two"
grep -q "$two\|chapter $number" "$said" || fault "it does not say what is missing: $(cat "$said")"
verdict "without the tests of a chapter nobody is graded"

wait "$held"
cat "$room/held.txt"
