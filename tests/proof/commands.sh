#!/bin/sh
# Tests the commands themselves, in a copy of the course that is thrown away.
# Prints "ok NAME" and "not ok NAME: why".
set -u
LC_ALL=C
export LC_ALL
MAKE_COMMAND=${MAKE_COMMAND:-make}
links=${CRITERION:--lcriterion} # every make would ask for it if it was not said

unset MAKEFLAGS MFLAGS MAKELEVEL BUILD SUBMISSIONS HIDDEN SHARD JOBS STRICT CRITERION CC CFLAGS LDFLAGS OPT SAN SUBMISSION SEED E AGAIN FIGURES
unset COURSE_FLAGS TOOL_FLAGS SHARED BROWSER DEV RUN_SECONDS WATCHED
CRITERION=$links
export CRITERION
root=$(pwd)
scratch=$root/build/commands/"a copy, 50% #$$" # the course may live anywhere
mkdir -p "$scratch/chapters"
trap 'kill $watcher $watched 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
watcher=
watched=
cp -R Makefile README.md .gitattributes solutions tests docs "$scratch"
cp chapters/*.c "$scratch/chapters"
cd "$scratch" || exit 1

verdict() # name, "" or what is wrong
{
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        echo "not ok $1: $(printf '%s' "$2" | tr '\n' ' ')"
    fi
}

course()
{
    sh tests/student/course.sh "$@"
}

read_exercises()
{
    awk -f tests/student/exercises.awk "$@"
}

all_exercises()
{
    for name in $(course names); do
        read_exercises list "chapters/$name.c" | cut -f 1
    done
}

too_wide() # what was said: its first line of more than 80 columns
{
    awk 'length($0) > 80 { print; exit }' "$1"
}

# ------------------------------------------------------------------ two chapters to play with
. tests/proof/toy.sh
toy_chapter 97 >chapters/97_watched.c
toy_chapter 98 >chapters/98_toy.c
toy_solution 98 >solutions/98_toy.c
cp chapters/98_toy.c toy.c

instead_of_stub() # which one, code; chapters/98_toy.c is the toy with that code in it
{
    awk -v which="$1" -v code="$2" '
        /your code here/ && ++n == which { print "    " code; next }
        { print }' toy.c >chapters/98_toy.c
}

# ------------------------------------------------------------------ watch
# It takes seconds, so it happens beside all the rest and is looked at in the end; and in a
# course of its own, for all the rest does things to this one that stop every command.
wait_for() # pattern, file: until it is there
{
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            ! grep -q "$1" "$2" || return 0
            sleep 0.2 2>/dev/null || sleep 1
        done
    done
    echo "no \"$1\" came; the last line was \"$(tail -n 1 "$2")\""
    return 1
}

change_while_watched()
{
    file=$1/chapters/97_watched.c
    cp chapters/97_watched.c 97.txt
    wait_for '^answer 0$' watch.txt || return
    sed 's/== Toy/on and on/; s/return x \/ 2;/int pause(void); pause(); return x;/' 97.txt >"$file"
    wait_for '^on and on$' watch.txt || return
    sed 's/said);/3);/' 97.txt >"$file"
    wait_for 'has changed: the run is stopped' watch.txt || return
    wait_for '^answer 3$' watch.txt || return
    mv "$file" 97.away
    wait_for '97_watched.c is not there' watch.txt || return
    sed 's/said);/4);/' 97.txt >"$file"
    wait_for '^answer 4$' watch.txt || return
}

: >watch.txt # it is there before anybody waits for what comes
mkdir -p apart/chapters apart/tests
cp -R Makefile apart
cp -R tests/student apart/tests
cp chapters/97_watched.c apart/chapters
(cd apart && CRITERION=no && export CRITERION && exec sh tests/student/course.sh watch 97_watched) \
    </dev/null >watch.txt 2>&1 &
watcher=$!
change_while_watched apart >watched.txt 2>&1 &
watched=$!

# ------------------------------------------------------------------ reset
write_an_answer() # file, exercise's function: any code in place of the stub
{
    awk -v call=" $2(" '
        index($0, "EXERCISE ") == 1 && index($0, call) { mine = 1 }
        mine && $0 == "    // your code here" {
            print "    if (1) {"
            print "        // a } and a { in a comment, \"};\" in a string"
            print "    }"
            mine = 0
            next
        }
        { print }' "$1" >"$1.new" && mv "$1.new" "$1"
}

crowd_the_signature() # file, function: the signature on one line, its bracket behind it
{
    awk -v call=" $2(" '
        index($0, "EXERCISE ") == 1 && index($0, call) { joining = 1; text = "" }
        joining && $0 == "{" { print text " {"; joining = 0; next }
        joining { sub(/^ +/, text == "" ? "" : " "); text = text $0; next }
        { print }' "$1" >"$1.new" && mv "$1.new" "$1"
}

kept_in() # the backup that was spoken of
{
    tr ' ' '\n' <said.txt | sed -n 's/\(\.backup\/.*\.c\)\.*$/\1/p'
}

test_reset() # file, exercise, function
{
    bad=
    cp "$1" before.c
    course reset "$2" >said.txt 2>&1 || bad="failed: $(cat said.txt)"
    cmp -s "$1" before.c || bad="changed an untouched exercise"
    write_an_answer "$1" "$3"
    cp "$1" answer.c
    cmp -s "$1" before.c && bad="${bad:-no stub was found to write over}"
    course reset "$2" >said.txt 2>&1 || bad="${bad:-failed: $(cat said.txt)}"
    cmp -s "$1" before.c || bad="${bad:-an answer was not put back to the first bytes}"
    kept=$(kept_in)
    cmp -s "$kept" answer.c || bad="${bad:-the answer is not in ${kept:-any backup}}"
    crowd_the_signature "$1" "$3"
    course reset "$2" >said.txt 2>&1 || bad="${bad:-failed on a changed layout: $(cat said.txt)}"
    cmp -s "$1" before.c || bad="${bad:-a signature on one line was not put back to the first bytes}"
    second=$(kept_in)
    [ "$second" != "$kept" ] || bad="${bad:-one backup was written over another}"
    cmp -s "$kept" answer.c || bad="${bad:-an older backup changed}"
    cp before.c "$1"
    verdict "make reset E=$2 puts back $3 and keeps the answer" "$bad"
}

# A whole chapter at once: all exercises are answered, with the signature on one line, and then
# put back one by one; the last one by the command itself.
test_resets() # file
{
    bad=
    header=${1#chapters/}
    header=tests/${header%.c}.h
    read_exercises list "$1" >exercises.txt
    for e in $(awk -F '\t' '$5 != "not written" { print $1 }' exercises.txt); do
        course reset "$e" >said.txt 2>&1 || bad="${bad:-$e: $(cat said.txt)}"
    done
    cp "$1" before.c
    answer_all "$1" >answer.c || bad="${bad:-no stub of $(cat said.txt) was found to write over}"
    numbers=$(cut -f 1 exercises.txt)
    for e in $numbers; do
        [ "$e" != "${numbers##*
}" ] || break
        read_exercises pristine answer.c "$e" "$header" >next.c || bad="${bad:-the end of $e is not found}"
        cmp -s next.c answer.c && bad="${bad:-$e is not put back}"
        mv next.c answer.c
    done
    cp answer.c "$1"
    course reset "$e" >said.txt 2>&1 || bad="${bad:-$e: $(cat said.txt)}"
    kept=$(kept_in)
    cmp -s "$kept" answer.c || bad="${bad:-the answer to $e is not in ${kept:-any backup}}"
    cmp -s "$1" before.c || bad="${bad:-not put back: $(diff before.c "$1" | head -n 3)}"
    cp before.c "$1"
    verdict "make reset puts back every exercise of $1" "$bad"
}

# Any code in place of each stub, the signature on one line, its bracket behind it. The names of
# the exercises are the second column of exercises.txt; in said.txt are those that have no stub.
answer_all() # file
{
    awk '
        reading == "names" { split($0, field, "\t"); left[field[2]] = 1; next }
        index($0, "EXERCISE ") == 1 {
            joining = 1
            text = mine = ""
            for (name in left)
                if (index($0, " " name "(") || index($0, "*" name "("))
                    mine = name
        }
        joining && $0 == "{" { print text " {"; joining = 0; next }
        joining { sub(/^ +/, text == "" ? "" : " "); text = text $0; next }
        mine != "" && $0 == "    // your code here" {
            print "    if (1) {"
            print "        // a } and a { in a comment, \"};\" in a string"
            print "    }"
            delete left[mine]
            mine = ""
            next
        }
        { print }
        END {
            for (name in left) {
                print name >"said.txt"
                bad = 1
            }
            exit bad
        }' reading=names exercises.txt reading=chapter "$1"
}

test_hints() # exercise
{
    bad=
    for k in 1 2 3; do
        course hint "$1" >hint.txt 2>&1 || bad="${bad:-$(cat hint.txt)}"
        head -n 1 hint.txt | grep -q ": hint $k of 3\$" || bad="${bad:-hint $k: $(head -n 1 hint.txt)}"
        sed '1,2d' hint.txt >"hint$k.txt"
    done
    cmp -s hint1.txt hint2.txt && bad="${bad:-two hints are the same}"
    course hint "$1" 2>&1 | head -n 1 | grep -q '^All 3 hints' || bad="${bad:-a fourth hint did not say that all are open}"
    course hint "$1" again 2>&1 | sed '1,2d' | cmp -s - hint1.txt || bad="${bad:-AGAIN does not start from the first}"
    verdict "make hint E=$1 opens three hints, one by one" "$bad"
}

for name in $(course names); do
    test_resets "chapters/$name.c"
done
test_reset chapters/98_toy.c 98.1 say_yes_98
test_reset chapters/98_toy.c 98.2 say_much_98
test_hints 98.2

bad=
cp chapters/98_toy.c before.c
sed 's/^}$/ }/' before.c >chapters/98_toy.c
cp chapters/98_toy.c odd.c
course reset 98.1 >said.txt 2>&1 && bad="it did not refuse"
cmp -s chapters/98_toy.c odd.c || bad="it changed the file"
cp before.c chapters/98_toy.c
verdict "make reset leaves alone a function whose end it cannot find" "$bad"

# Of braces in odd places, and of what is no code: what the stub in say_yes_98 becomes, and, where it
# stands above it, what else is there.
becomes() # what is in place of the stub, what stands above the function; the chapter is odd.c then
{
    awk -v body="$1" -v above="$2" '
        /^EXERCISE bool say_yes_98/ { printf "%s", above }
        /your code here/ && !n++ { printf "%s", body; next }
        { print }' before.c >chapters/98_toy.c
    cp chapters/98_toy.c odd.c
}

put_back() # the same: say_yes_98 is as it was, and what stands above it is there
{
    becomes '    // your code here
' "${2:-}"
    cp odd.c wanted.c
    becomes "$1" "${2:-}"
    course reset 98.1 >said.txt 2>&1 || bad="${bad:-$1: $(cat said.txt)}"
    cmp -s chapters/98_toy.c wanted.c || bad="${bad:-$1: $(diff wanted.c chapters/98_toy.c | head -n 5)}"
    cmp -s "$(kept_in)" odd.c || bad="${bad:-$1: it is not kept}"
}

bad=
put_back '    if (number > 0) {
}
    for (;;) {
        break;
}
'
put_back '    char c = 0x7d, d = '"'}'"'; // }
    const char *s = "}}\\"}"; /* } */
/*  } */
    (void)c, (void)d, (void)s;
'
put_back '    if (number > 0) {
' # a brace is missing,
put_back '    if (number > 0) {
    }
    }
' # or there is one too many
put_back '/*
 * what it does {
 */
    if (number > 0) {
}
' "/*
 * a comment as many write it
 */
"
put_back '    // this line goes on: \\
}
    const char *s = "and this \\
}";
#define OPENS {
'
put_back '    *out = number; /* an end is missing
'
put_back '#if 0
'
old='EXERCISE bool say_yes_98(float *out, float number)
{
    *out = number; // an older one
    return true;
}
'
put_back '    *out = 7;
' "#if 0
#if 1
$old#endif
#endif
"
put_back '    *out = 7;
' "/* not this one:
$old */
"
put_back '    *out = 7;
' 'EXERCISE bool say_yes_98(float *out,
                         float number);
'
becomes '    *out = number; /* an end is missing
' ''
[ "$(read_exercises list chapters/98_toy.c | cut -f 1,5 | tr '\t\n' '  ')" = '98.1 written 98.2 not written ' ] ||
    bad="${bad:-behind a comment without an end: $(read_exercises list chapters/98_toy.c)}"
awk '/^EXERCISE bool/ { mine = 1 }
    mine && /^}/ { print " }\nstatic float mine(float x)\n{\n    return x;\n}"; mine = 0; next }
    { print }' before.c >chapters/98_toy.c
cp chapters/98_toy.c odd.c
course reset 98.1 >said.txt 2>&1 && bad="${bad:-a function behind it is taken for its end: $(cat said.txt)}"
cmp -s chapters/98_toy.c odd.c || bad="${bad:-a function behind it is gone}"
cp before.c chapters/98_toy.c
verdict "make reset counts braces, and takes no comment and nothing left out for the function" "$bad"

bad=
cp chapters/98_toy.c before.c
sed 's/$/\r/' before.c >crlf.c
{ printf '\357\273\277' && cat crlf.c; } >bom.c
printf '%s' "$(cat before.c)" >no-end.c
for odd in crlf bom no-end; do
    cp $odd.c chapters/98_toy.c
    course reset 98.1 >said.txt 2>&1 || bad="${bad:-$odd: $(cat said.txt)}"
    grep -q 'is untouched' said.txt || bad="${bad:-$odd: an empty exercise is not known as one: $(cat said.txt)}"
    cmp -s chapters/98_toy.c $odd.c || bad="${bad:-$odd: it changed an untouched exercise}"
done
sed 's/    \/\/ your code here\r$/    if (1) {}\r/' bom.c >chapters/98_toy.c
course reset 98.1 >said.txt 2>&1 && course reset 98.2 >said.txt 2>&1 || bad="${bad:-$(cat said.txt)}"
cmp -s chapters/98_toy.c bom.c || bad="${bad:-other line ends were put back}"
cp before.c chapters/98_toy.c
verdict "make reset takes a file with other line ends, a mark in front, or no last one" "$bad"

bad=
mkdir -p bin
cat >bin/cat <<'END'
#!/bin/sh
# A disk that is full once the chapter is to be written.
case $1 in
*reset-*) head -c 20 "$1" ;;
*) exec /bin/cat "$@" ;;
esac
END
chmod +x bin/cat
cp chapters/98_toy.c before.c
write_an_answer chapters/98_toy.c say_yes_98
cp chapters/98_toy.c answer.c
PATH=$scratch/bin:$PATH course reset 98.1 >said.txt 2>&1 && bad="it claims success: $(cat said.txt)"
cmp -s "$(kept_in)" answer.c || bad="${bad:-the answer is lost: $(cat said.txt)}"
rm -f bin/cat
cp before.c chapters/98_toy.c
verdict "make reset compares before it says that all is as it was" "$bad"

bad=
cat >bin/cat <<'END'
#!/bin/sh
# A disk that is full when half of the backup is written.
case $1 in
chapters/*) head -c 200 "$1"; echo "cat: no room" >&2; exit 1 ;;
*) exec /bin/cat "$@" ;;
esac
END
chmod +x bin/cat
write_an_answer chapters/98_toy.c say_yes_98
cp chapters/98_toy.c answer.c
ls .backup >kept.txt
PATH=$scratch/bin:$PATH course reset 98.1 >said.txt 2>&1 && bad="it claims success: $(cat said.txt)"
grep -q '^No backup can be kept' said.txt && [ "$(wc -l <said.txt)" -eq 1 ] || bad="${bad:-$(cat said.txt)}"
ls .backup | cmp -s - kept.txt || bad="${bad:-half a backup is left}"
cmp -s chapters/98_toy.c answer.c || bad="${bad:-the chapter changed}"
rm -f bin/cat kept.txt
cp before.c chapters/98_toy.c
verdict "make reset leaves no half of a backup on a full disk" "$bad"

# An editor, or another reset, writes to the file while this one is at work.
real_awk=$(command -v awk)
cat >"$scratch/bin/awk" <<END
#!/bin/sh
case " \$* " in
*" pristine "*) echo "// saved meanwhile" >>chapters/98_toy.c ;;
esac
exec "$real_awk" "\$@"
END
chmod 755 "$scratch/bin/awk"
bad=
write_an_answer chapters/98_toy.c say_yes_98
PATH=$scratch/bin:$PATH course reset 98.1 >said.txt 2>&1 && bad="it claims success: $(cat said.txt)"
grep -q 'has changed meanwhile' said.txt || bad="${bad:-$(cat said.txt)}"
[ "$(tail -n 1 chapters/98_toy.c)" = '// saved meanwhile' ] || bad="${bad:-what was saved is gone}"
rm "$scratch/bin/awk"
cp before.c chapters/98_toy.c
verdict "make reset never writes over what was saved while it was at work" "$bad"

bad=
SET=$(printf 'a=1\ntouch OWNED') course run echo >said.txt 2>&1 && bad="exit code 0"
grep -q '^SET= holds settings' said.txt || bad="${bad:-$(cat said.txt)}"
[ ! -e OWNED ] || bad="${bad:-a second line of SET= is run}"
printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >bin/tell
chmod +x bin/tell
for odd in "a='1" 'a="1' 'a=1 #b=2'; do
    SET=$odd course run bin/tell >said.txt 2>&1 && bad="${bad:-$odd is taken}"
    grep -q '^SET= holds settings' said.txt && [ "$(wc -l <said.txt)" -le 2 ] || bad="${bad:-$odd: $(cat said.txt)}"
done
SET="* a='1 2'" course run bin/tell >said.txt 2>&1 || bad="${bad:-$(cat said.txt)}"
grep -q '^<\*><a=1 2>' said.txt || bad="${bad:-not as it was set: $(cat said.txt)}"
verdict "SET= is no command, on none of its lines, and no part of it is lost" "$bad"

bad=
mkdir kept
mv build .backup kept
touch build .backup
cp chapters/98_toy.c before.c
course hint 98.1 >said.txt 2>&1 || bad="a hint failed: $(cat said.txt)"
grep -q '^One\.$' said.txt && grep -q 'Nothing can be written to build/' said.txt || bad="${bad:-a hint says $(cat said.txt)}"
for command in 'reset 98.1' 'watch 98_toy'; do
    # shellcheck disable=SC2086  # two words
    course $command >said.txt 2>&1 </dev/null && bad="${bad:-$command: exit code 0}"
    grep -q '^Nothing can be written to build/' said.txt || bad="${bad:-$command: $(cat said.txt)}"
done
rm build && mv kept/build .
course reset 98.1 >said.txt 2>&1 && bad="${bad:-reset without a place for a backup: exit code 0}"
grep -q '^No backup can be kept' said.txt && [ "$(wc -l <said.txt)" -eq 1 ] || bad="${bad:-without a place for a backup: $(cat said.txt)}"
rm .backup && mv kept/.backup . && rmdir kept
cmp -s chapters/98_toy.c before.c || bad="${bad:-the chapter changed}"
verdict "where nothing can be written, one sentence says so and no work is lost" "$bad"

# ------------------------------------------------------------------ hints in a terminal
# All hints of a chapter, a line "@ EXERCISE" before each.
all_hints() # chapter file
{
    awk '/^::: *\{[^}]*\.hint/ {
            inside = 1
            split($0, part, "\"")
            print "\n@ " part[2] "\n"
            next
        }
        /^:::/ { inside = 0 }
        inside' "$1"
}

# The words and numbers of each hint, without the names of LaTeX's signs, are in the plain text.
lost_words() # raw, plain
{
    awk '
        function words(s,    w, n, k) {
            gsub(/\\[a-zA-Z]*/, " ", s)
            n = split(s, w, /[^A-Za-z0-9]+/)
            for (k = 1; k <= n; k++)
                if (w[k] == "")
                    continue
                else if (reading == "plain")
                    there[hint, w[k]] = 1
                else if (!((hint, w[k]) in there))
                    print "hint " hint " lost the word " w[k]
        }
        FNR == 1 { hint = 0 }
        /^@ / { hint++ }
        { words($0) }' reading=plain "$2" reading=raw "$1"
}

bad=
for name in $(course names); do
    all_hints "chapters/$name.c" >raw.txt
    awk -v markdown=1 -f tests/student/plain.awk raw.txt >plain.txt
    odd=$(awk '/[$\\`]|\*\*|[{}][_^]|[\^_][{]/ || length($0) > 80 { print; exit }' plain.txt)
    [ -z "$odd" ] || bad="${bad:-$name: $odd}"
    lost=$(lost_words raw.txt plain.txt | head -n 1)
    [ -z "$lost" ] || bad="${bad:-$name: $lost}"
    few=$(read_exercises list "chapters/$name.c" | awk -F '\t' '
        reading == "hints" { n[$0]++; next }
        n["@ " $1] != 3 { print $1 " has " n["@ " $1] + 0 " hints" }' reading=hints raw.txt reading=exercises -)
    [ -z "$few" ] || bad="${bad:-$few}"
done
verdict "hints are plain text of 80 columns, and lose no word; each exercise has three" "$bad"

bad=
says_plainly() # Markdown, what a terminal is to show
{
    got=$(printf '%s\n' "$1" | awk -v markdown=1 -f tests/student/plain.awk)
    [ "$got" = "$2" ] || bad="${bad:-$1 became $got}"
}
says_plainly '$p_v = e^{z_v} / \sum_u e^{z_u}$' 'p_v = e^(z_v) / sum_u e^(z_u)'
says_plainly '$\frac{2}{n(n-1)} \sum_{a=0}^{b-1} |c_{ab}|$' '(2 / (n(n-1))) sum_(a=0)^(b-1) |c_ab|'
says_plainly '$U_v \leftarrow U_v - \eta h_{2i+1}$' 'U_v <- U_v - eta h_(2i+1)'
says_plainly '$\mathrm{out}[r \cdot n_\mathrm{cols}] \ldots \sqrt{\frac{a}{b}} \neq \cdots$' \
    'out[r * n_cols] ... sqrt((a / b)) != ...'
says_plainly '**Mind** the `a * b` in *one* of $3 \times 4$ …' 'Mind the a * b in one of 3 * 4 ...'
says_plainly '[38,597]{.n} rows, see [there](http://a.b)' '38,597 rows, see there (http://a.b)'
says_plainly 'Go on to t
+ 2; the count is
0. Then stop.' 'Go on to t + 2; the count is 0. Then stop.'
says_plainly '- one
  row
- two' '- one row
- two'
verdict "a formula in a terminal reads as one would type it" "$bad"

# ------------------------------------------------------------------ the board
board_says() # what it must hold
{
    "$MAKE_COMMAND" >board.txt 2>&1 || bad="${bad:-it failed: $(cat board.txt)}"
    odd=$(awk '
        /^Next: / { n++; at = NR }
        length($0) > 80 && !wide { wide = 1; print "too wide: " $0 }
        END {
            if (n != 1)
                print "not exactly one next step"
            if (at < NR - 1)
                print "the next step is not its end"
        }' board.txt)
    [ -z "$odd" ] || bad="${bad:-$odd}"
    grep -q -e "$1" board.txt || bad="${bad:-no \"$1\" in it, but $(grep -e 98 board.txt)}"
}

bad=
rm -rf build
all_exercises >exercises.txt
n=$(wc -l <exercises.txt)
board_says "^0 of $((n)) exercises done\.$"
while read -r e; do
    grep -q -e "\(^ *\|, \)$e " board.txt || bad="${bad:-exercise $e is not on it}"
done <exercises.txt
verdict "make shows every exercise before anything was built" "$bad"

# From here on the toys are enough, and one chapter that has tests.
with_tests=$(course names | head -n 1)
for name in $(course names); do
    case $name in
    97_* | 98_* | "$with_tests") ;;
    *) rm "chapters/$name.c" "tests/$name.c" ;;
    esac
done

bad=
mv "chapters/$with_tests.c" kept.c
number=${with_tests%%_*}
number=${number#0}
board_says "^chapters/$with_tests.c is missing"
for what in "chapter$number" "check$number" check "hint E=$number.1" "reset E=$number.1" bench 'grade SUBMISSIONS=docs'; do
    # shellcheck disable=SC2086  # a goal and its setting
    "$MAKE_COMMAND" $what >said.txt 2>&1 </dev/null && bad="${bad:-make $what: exit code 0}"
    grep -q "chapters/$with_tests.c is missing: it may be in .backup/" said.txt && [ "$(wc -l <said.txt)" -eq 1 ] ||
        bad="${bad:-make $what: $(cat said.txt)}"
done
grep -q git said.txt && bad="${bad:-where there is no repository: $(cat said.txt)}"
mv kept.c "chapters/$with_tests.c"
verdict "a chapter that is missing is told of, and never makes the work smaller" "$bad"

bad=
tested=build/calls/$with_tests.h
"$MAKE_COMMAND" "$tested" build/sums/judge >said.txt 2>&1 || bad="it failed: $(cat said.txt)"
cp "$tested" before.txt
"$MAKE_COMMAND" "$tested" >said.txt 2>&1
[ -z "$(find "$tested" -newer before.txt)" ] || bad="${bad:-it was made twice}"
cp -p "tests/$with_tests.h" before.h
echo '// newer, and with an older time' >>"tests/$with_tests.h"
touch -t 200101010000 "tests/$with_tests.h"
"$MAKE_COMMAND" "$tested" >said.txt 2>&1
[ -n "$(find "$tested" -newer before.txt)" ] || bad="${bad:-it was not made again}"
cp -p before.h "tests/$with_tests.h"
verdict "what the tests are made of is known by its sum, whatever its time" "$bad"

# ------------------------------------------------------------------ what is refused
refused()
{
    "$MAKE_COMMAND" "$@" >said.txt 2>&1 </dev/null
    status=$?
    bad=
    [ "$status" -ne 0 ] || bad="exit code 0"
    [ "$(wc -l <said.txt)" -eq 1 ] || bad="${bad:-not one line: $(head -n 3 said.txt)}"
    verdict "make $* is refused with one sentence" "$bad"
}

some=$(all_exercises | head -n 1)
refused chapter99
refused chapterx
refused solution0
refused watch
refused nonsense
refused hint
refused hint E=9.9
refused hint "E=$some $some"
refused reset
refused reset E=foo
refused reset "E=%"
refused check98
refused check98 SUBMISSION=nowhere.c
refused check SUBMISSION=Makefile
refused check98 SUBMISSION=
refused "check$number" SUBMISSION=
refused "check$number" SUBMISSIONS="chapters/$with_tests.c"
refused "check$number" SUBMISSION="chapters/$with_tests.c" HIDDEN=docs
refused check E=98.1
refused E=98.1
refused chapter98 seed=7
refused reset "E=$some" SEED=7
refused hint 98.1
refused -t chapter98
for folder in 'a b' -x 'a,b' 'a[b]' '~' . .. /; do
    refused chapter98 BUILD="$folder"
done
refused clean chapter98 SEED=7
bad=
(cd docs && "$MAKE_COMMAND" -f ../Makefile chapter98) >said.txt 2>&1 && bad="exit code 0"
[ "$(wc -l <said.txt)" -eq 1 ] && grep -q 'not the folder of the course' said.txt || bad="${bad:-$(cat said.txt)}"
verdict "make -f from another folder is refused with one sentence" "$bad"
bad=
for no in 0 no; do
    "$MAKE_COMMAND" -n hint "E=$some" AGAIN=$no 2>&1 | grep -q again && bad="AGAIN=$no begins again"
done
verdict "AGAIN=0 is no" "$bad"
touch tests/98_toy.c
bad=
SUBMISSION=elsewhere/98_toy.c course check "$with_tests" >said.txt 2>&1 && bad="exit code 0"
[ "$(cat said.txt)" = 'The file is called as another chapter: make check98 is its test.' ] || bad="${bad:-$(cat said.txt)}"
verdict "a file with another chapter's name is not judged by this one's tests" "$bad"
rm tests/98_toy.c
refused check CRITERION=no
refused grade
refused grade SUBMISSIONS=chapters HIDDEN=docs
refused chapter98 CC=no-such-compiler
cp chapters/97_watched.c chapters/96_new.c
refused solution96
cp chapters/97_watched.c chapters/96_newer.c
refused chapter96
rm chapters/96_new.c chapters/96_newer.c

# ------------------------------------------------------------------ two makes at once
# A compiler that makes what it is asked for, empty, and tells where: what another make sees
# has to be whole or not there, so no rule may ask for its target by the target's own name.
bad=
mkdir -p bin
cat >bin/quick-cc <<'END'
#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
    -o) echo "$2" >>made.txt && : >"$2" && chmod +x "$2" ;;
    -MF) : >"$2" ;;
    esac
    shift
done
END
chmod +x bin/quick-cc
PATH=$PATH:$scratch/bin "$MAKE_COMMAND" -j2 CC=quick-cc BUILD=build.quick CRITERION=-lcriterion build.quick/prove build/plot \
    $(for name in $(course names); do [ ! -f "solutions/$name.c" ] || echo "build/output/$name.txt"; done) \
    >said.txt 2>&1 || bad="it failed: $(tail -n 3 said.txt)"
[ "$(wc -l <made.txt)" -gt 20 ] || bad="${bad:-only $(wc -l <made.txt) files were made}"
while read -r made; do
    [ ! -e "$made" ] || bad="${bad:-$made has its name before it is whole}"
done <made.txt
[ -z "$(find build build.quick -name '*.[0-9]*[0-9]')" ] || bad="${bad:-something is left there: $(find build build.quick -name '*.[0-9]*[0-9]' | head -n 3)}"
rm -rf build build.quick made.txt
verdict "what two makes make gets its name when it is whole" "$bad"

# ------------------------------------------------------------------ help
bad=
"$MAKE_COMMAND" help >help.txt 2>&1 || bad="it failed"
for target in $(sed -n 's/^COMMANDS := //p' Makefile); do
    grep -q "^make $target " help.txt || [ "$target" = board ] || bad="${bad:-no line for $target}"
done
for target in $(sed -n 's/^EACH := //p' Makefile); do
    grep -q "^make ${target}N " help.txt || bad="${bad:-no line for ${target}N}"
done
for target in $(sed -n 's/^make \([a-z]*N\{0,1\}\) .*/\1/p' help.txt); do
    case $target in
    make) ;;
    *N) "$MAKE_COMMAND" -n "${target%N}1" CRITERION=-lcriterion ;;
    hint | reset) "$MAKE_COMMAND" -n "$target" E="$some" ;;
    grade) "$MAKE_COMMAND" -n "$target" SUBMISSIONS=chapters CRITERION=-lcriterion ;;
    *) "$MAKE_COMMAND" -n "$target" CRITERION=-lcriterion ;;
    esac >said.txt 2>&1 || bad="${bad:-make $target is no command: $(tail -n 1 said.txt)}"
done
[ -z "$(too_wide help.txt)" ] || bad="${bad:-too wide: $(too_wide help.txt)}"
verdict "make help has a line for each command, and each of them exists" "$bad"

# ------------------------------------------------------------------ what the board keeps
rm "chapters/$with_tests.c" "tests/$with_tests.c"
n=$(all_exercises | wc -l)

judged() # verdict of 98.1, of 98.2; as if the tests had said so of the chapter as it is now
{
    cp chapters/98_toy.c build/results/98_toy.c
    printf '98.1\tsay_yes_98\tsays_yes\t1\t0\t%s\t\n98.2\tsay_much_98\tsays_much\t1\t0\t%s\t\nend\t2\n' \
        "$1" "$2" >build/results/98_toy.tsv
}

bad=
grep -v 'Exercise 98' toy.c >chapters/98_toy.c
board_says '^98  Does chapter 98 hold?$'
mkdir -p build/results
cp toy.c chapters/98_toy.c
judged wrong pass
board_says '98\.1 *wrong '
board_says "^1 of $((n)) exercises done\.$"
judged pass time-out
board_says '98\.2 *time-out '
sed '$d' build/results/98_toy.tsv >cut.tsv
cp cut.tsv build/results/98_toy.tsv
board_says '98\.1 say_yes_98'
verdict "make shows what the tests said, and nothing that was cut short" "$bad"

bad=
cp toy.c chapters/98_toy.c
judged pass pass
board_says '^98  toy: all 2 exercises done$'
for when in 200001010000 203501010000; do
    touch -t "$when" chapters/98_toy.c
    board_says '^98  toy: all 2 exercises done$'
done
sed 's/What else there is/What there is/; s/answer %d/answer: %d/; s/^static float own/\/\/ mine\n&/' toy.c >chapters/98_toy.c
board_says '^98  toy: all 2 exercises done$'
instead_of_stub 2 'number += 1;'
board_says '98\.1 *done '
board_says '98\.2 *not checked '
verdict "make keeps what is done, whatever the clock says, until that exercise changes" "$bad"

bad=
instead_of_stub 1 'number = own(number);'
judged pass pass
cp chapters/98_toy.c before.c
sed 's/return x \/ 2/return x \/ 4/' before.c >chapters/98_toy.c
board_says '98\.1 *not checked '
board_says '98\.2 *done '
sed 's/return x \/ 2/return x \/ 2.0f/; s/own(float x)/owned(float x)/; s/own(number)/owned(number)/' before.c >chapters/98_toy.c
board_says '98\.1 *not checked '
cp toy.c chapters/98_toy.c
verdict "make does not call done what uses a function that has changed since" "$bad"
rm -rf build

# ------------------------------------------------------------------ a new chapter is its files
bad=
export CRITERION=no
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="it failed: $(head -n 3 said.txt)"
grep -q '^answer 0$' said.txt || bad="${bad:-its program did not run}"
tail -n 2 said.txt | grep -q '^Next: write exercise 98\.1, say_yes_98 ' || bad="${bad:-no next step: $(tail -n 2 said.txt)}"
before=$(ls -l build/98_toy)
"$MAKE_COMMAND" -j4 chapter98 >said.txt 2>&1 || bad="${bad:-it failed the second time}"
[ "$before" = "$(ls -l build/98_toy)" ] || bad="${bad:-it was built twice}"
"$MAKE_COMMAND" solution98 >said.txt 2>&1
grep -q '^answer 1$' said.txt || bad="${bad:-make solution98 does not solve it: $(head -n 3 said.txt)}"
verdict "make chapter98 runs a chapter that is nothing but a new file" "$bad"

bad=
cp build/.flags before.txt
"$MAKE_COMMAND" chapter98 OPT=-O1 >said.txt 2>&1 || bad="it failed"
cmp -s build/.flags before.txt && bad="${bad:-OPT=-O1 changed nothing}"
[ -z "$(find build/98_toy ! -newer before.txt)" ] || bad="${bad:-OPT=-O1 did not build anew}"
verdict "another compiler or other flags build anew" "$bad"

# ------------------------------------------------------------------ what does not build
runs() # what must be said, settings of make...
{
    wanted=$1
    shift
    "$MAKE_COMMAND" chapter98 "$@" >said.txt 2>&1 && bad="${bad:-exit code 0}"
    tr '\n' ' ' <said.txt | grep -q -e "$wanted" || bad="${bad:-no \"$wanted\", but $(cat said.txt)}"
    [ "$(grep -c '^make[^ ]*:' said.txt)" -le 1 ] || bad="${bad:-more than one line of make: $(cat said.txt)}"
}

bad=
sed 's/float out = 0;/float out = 0/; s/return 0;/return no;/' toy.c >chapters/98_toy.c
runs '98_toy.c:[0-9]*:[0-9]*: error.* chapters/98_toy.c does not compile: the first error is in line [0-9]*'
instead_of_stub 2 'int i = nowhere; int j = nothing; return not;'
runs 'does not compile: the first error is in line [0-9]*, in exercise 98.2, say_much_98'
head -n 1 said.txt | grep -q error || bad="${bad:-the first error is not first}"
[ "$(wc -l <said.txt)" -le 16 ] || bad="${bad:-a wall of $(wc -l <said.txt) lines}"
echo 'float say_much_98(float number);' >tests/98_toy.h
for odd in 'static float say_much_98(float' 'EXERCISE double say_much_98(float'; do
    sed "s/^EXERCISE float say_much_98(float/$odd/" toy.c >chapters/98_toy.c
    runs 'in exercise 98.2, say_much_98.* The first line of that function must be the one in tests/98_toy.h'
done
rm tests/98_toy.h
instead_of_stub 1 '{'
runs 'in exercise 98.2, say_much_98.* is a } missing above it?'
verdict "a chapter that does not compile gets its first error and one sentence" "$bad"

bad=
sed 's/float say_much_98(float/float Say_Mutch98(float/' toy.c >chapters/98_toy.c
runs 'Exercise 98.2 .* wants a function called say_much_98, .*Is it Say_Mutch98, line [0-9]*, that is meant'
sed 's/float say_much_98(float/float something_else(float/' toy.c >chapters/98_toy.c
runs 'Exercise 98.2 .* wants a function called say_much_98, and the file has none of that name\. make'
board_says '98\.2 *missing '
instead_of_stub 1 'number = halb(number);'
runs 'calls halb, .*Is it half, line [0-9]*, that is meant'
sed 's/^EXERCISE float say_much_98(float number)/  EXERCISE float say_much_98(float number) \/\/ mine;/' toy.c >chapters/98_toy.c
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="${bad:-a line set in: $(cat said.txt)}"
board_says '98\.2 say_much_98'
verdict "a misspelt function is said to be one" "$bad"

# Old C has the types of parameters behind the bracket.
bad=
sed 's/^EXERCISE float say_much_98(float number)/float say_much_98(number) float number;/' toy.c >old.c
for said in pass 'not written'; do
    printf '98.2\tsay_much_98\tany\t40\t0\t%s\t\nend\t1\n' "$said" >old.tsv
    awk -f tests/student/exercises.awk verdicts old.c old.tsv >said.txt
    case $said in pass) said=done ;; *) said=missing ;; esac
    grep -q "^98\.2.*	$said	" said.txt || bad="${bad:-not $said, but $(cat said.txt)}"
done
verdict "a function that is written as nobody here does is no missing one where its tests pass" "$bad"

bad=
: >chapters/98_toy.c
runs '^chapters/98_toy.c is empty'
board_says '^98  chapters/98_toy.c is empty'
sed 's/./&@/g' toy.c | tr '@' '\000' >chapters/98_toy.c
runs '^chapters/98_toy.c is not plain text'
board_says '^98  chapters/98_toy.c is not plain text'
grep -q "exercises done, without chapter 98" board.txt || bad="${bad:-the board counts as if all were there}"
cp tests/points.tsv points.tsv
printf '98.1\tsay_yes_98\tx\t1\n98.3\tsay_no_98\tx\t1\n' >>tests/points.tsv
cp toy.c chapters/98_toy.c
runs '^chapters/98_toy.c has lost the heading of exercise 98.3, say_no_98'
board_says '^98  chapters/98_toy.c has lost the heading of exercise 98.3'
cp points.tsv tests/points.tsv
verdict "a chapter that is empty, in UTF-16 or short of an exercise gets one sentence" "$bad"

bad=
fake_compiler() # what it does after the last word of its arguments was found
{
    printf '#!/bin/sh\n%s\nexec cc "$@"\n' "$1" >bin/fake-cc
    chmod +x bin/fake-cc
}
innocent() # what must be said, settings of make
{
    runs "$@"
    grep -q 'does not compile\|Mend\|does not build' said.txt && bad="${bad:-the chapter is blamed: $(cat said.txt)}"
}
PATH=$PATH:$scratch/bin
fake_compiler 'echo "cc1: out of order" >&2; exit 1'
innocent 'cannot build even an empty program here: cc1: out of order' CC=fake-cc
fake_compiler 'case "$*" in *objects/98*) echo "chapters/98_toy.c:9:1: internal compiler error: in x" >&2; exit 1 ;; esac'
innocent 'The compiler itself broke down' CC=fake-cc
fake_compiler 'case "$*" in *objects/98*) echo "fatal error: error writing to x: No space left on device" >&2; exit 1 ;; esac'
innocent 'No space left on device .*chapters/98_toy.c is not to blame' CC=fake-cc
innocent 'Nothing can be written to ' BUILD=/dev/null/build
mkdir -p build/odd
: >build/odd/results
innocent 'Nothing can be written to ' BUILD=build/odd
kept_bad=$bad
touch somebody
refused chapter98 BUILD=somebody
refused solution98 BUILD=somebody
refused bench BUILD=somebody
rm -f somebody
bad=$kept_bad
"$MAKE_COMMAND" chapter98 CC='env cc' BUILD=./build/env >said.txt 2>&1 || bad="${bad:-a compiler of two words: $(cat said.txt)}"
sed 's|/proc/|/nowhere/|' tests/student/setup.sh >no_proc.sh
CC='env cc' sh no_proc.sh doctor >said.txt
grep -q '^cc *ok' said.txt || bad="${bad:-make doctor does not know a compiler of two words}"
if [ "$(uname -s)" = Linux ]; then
    ! grep -q 'no seccomp' said.txt || bad="${bad:-without /proc make doctor says that there is no seccomp}"
fi
verdict "what the machine cannot do is not the chapter's fault" "$bad"

bad=
instead_of_stub 2 'for (int i = 0; i < sizeof number; i++) { char c = number; number = c; }'
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="it failed"
grep -q warning said.txt && bad="${bad:-$(grep warning said.txt)}"
cp toy.c chapters/98_toy.c
grep -q '^answer' said.txt || bad="${bad:-it did not run}"
verdict "a conversion that C allows brings no warning" "$bad"

bad=
{ echo ' # include "beside.h"' && cat toy.c; } >chapters/98_toy.c
echo '#define BESIDE 1' >chapters/beside.h
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="it failed: $(cat said.txt)"
grep -q 'includes beside.h, and is alone when it is handed in' said.txt || bad="${bad:-$(head -n 3 said.txt)}"
rm chapters/beside.h
cp toy.c chapters/98_toy.c
"$MAKE_COMMAND" chapter98 >said.txt 2>&1
grep -q 'handed in' said.txt && bad="${bad:-$(head -n 3 said.txt)}"
verdict "who includes a file of his own is told that it is not handed in" "$bad"

bad=
sed 's/answer/reply/' toy.c >chapters/98_toy.c
touch -t 200001010000 chapters/98_toy.c
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="it failed"
grep -q '^reply 0' said.txt || bad="${bad:-an older file that is another one was not built}"
cp toy.c chapters/98_toy.c
cp toy.c chapters/98_toy_old.c
cp toy.c "chapters/98_toy - Copy.c"
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="${bad:-a copy beside a chapter: $(cat said.txt)}"
grep -q '^answer 0' said.txt || bad="${bad:-the chapter did not run: $(cat said.txt)}"
for copy in '98_toy_old.c' '98_toy - Copy.c'; do
    tr '\n' ' ' <said.txt | grep -q "chapters/$copy is left aside: chapter 98 is chapters/98_toy.c" || bad="${bad:-not a word of $copy}"
done
cp toy.c chapters/9_toy.c
board_says '^chapters/98_toy_old.c is left aside: chapter 98 is chapters/98_toy.c'
board_says '^chapters/9_toy.c is left aside: a chapter is called NN_name.c'
mkdir chapters/95_folder.c && mkfifo chapters/98_pipe.c && ln -s nowhere chapters/94_link.c
board_says '^chapters/95_folder.c is left aside: it is no ordinary file'
board_says '^chapters/94_link.c is left aside: it is no ordinary file'
board_says '^chapters/98_pipe.c is left aside: it is no ordinary file'
rm -rf chapters/95_folder.c chapters/98_pipe.c chapters/94_link.c
rm -f chapters/9_toy.c chapters/98_toy_old.c "chapters/98_toy - Copy.c"
verdict "make chapter98 builds the file that is there now, and no copy of it" "$bad"

# ------------------------------------------------------------------ loops without an end
bad=
# As the system ends what has used up its time: the limit is there, and its signal comes.
instead_of_stub 1 'struct rlimit limit; getrlimit(RLIMIT_CPU, &limit); printf("limit %d\\n", (int)limit.rlim_cur); raise(limit.rlim_cur < limit.rlim_max ? SIGXCPU : SIGKILL);'
sed 's/^#include <math.h>/#define _XOPEN_SOURCE 700\n&\n#include <signal.h>\n#include <sys\/resource.h>/' chapters/98_toy.c >98.txt
cp 98.txt chapters/98_toy.c
(RUN_SECONDS=5 "$MAKE_COMMAND" chapter98 2>&1 || echo failed) | cat >said.txt
grep -q '^failed' said.txt || bad="exit code 0"
tr '\n' ' ' <said.txt | grep -q 'still computing after 5 s of processor time.*loop that does not end.*98.1, say_yes_98' ||
    bad="${bad:-no sentence: $(cat said.txt)}"
if command -v stdbuf >/dev/null 2>&1; then
    grep -q '^limit 5$' said.txt || bad="${bad:-it has no limit, or what was printed before is lost: $(cat said.txt)}"
fi
[ -z "$(too_wide said.txt)" ] || bad="${bad:-too wide: $(too_wide said.txt)}"
instead_of_stub 1 'int c = getchar(); number = c == EOF;'
mkfifo keyboard
"$MAKE_COMMAND" chapter98 CRITERION=no <keyboard >said.txt 2>&1 &
reader=$!
exec 9>keyboard # on which nobody types
bad=${bad:-$(wait_for '^answer' said.txt)}
exec 9>&-
wait "$reader"
verdict "a program that does not end is stopped with a sentence" "$bad"

bad=
cp toy.c chapters/98_toy.c
cp solutions/98_toy.c right.c
{
    printf '#define _XOPEN_SOURCE 700\n#include <signal.h>\n#include <stdio.h>\n#include <sys/resource.h>\n'
    sed 's/^    return true;/    struct rlimit limit; getrlimit(RLIMIT_CPU, \&limit);\n    printf("limit %d\\n", (int)limit.rlim_cur); fflush(stdout);\n    return raise(SIGXCPU) == 0;/' right.c
} >solutions/98_toy.c
RUN_SECONDS=7 "$MAKE_COMMAND" solution98 >said.txt 2>&1 && bad="exit code 0"
grep -q '^limit 7$' said.txt || bad="${bad:-it has no limit: $(cat said.txt)}"
grep -q 'still computing after 7 s' said.txt || bad="${bad:-no sentence: $(cat said.txt)}"
cp right.c solutions/98_toy.c
verdict "make solution98 is stopped likewise" "$bad"

# make and the tests are played: what counts is what is done with their words
chapter_is_judged() # verdict of 98.1, of 98.2
{
    mkdir -p build/tests build/check
    cat >bin/played-make <<'END'
#!/bin/sh
printf '#!/bin/sh\necho the program\n' >build/98_toy
chmod +x build/98_toy build/tests/98_toy
END
    cat >build/tests/98_toy <<END
#!/bin/sh
for word; do
    case \$word in --results=*) file=\${word#--results=} ;; esac
done
printf '98.1\tsay_yes_98\tsays_yes\t1\t0\t%s\tCalled.\\\\n%s\n98.2\tsay_much_98\tsays_much\t1\t0\t%s\t\nend\t2\n' \
    "$1" "$(printf '%90s' ' ' | sed 's/   / so/g')" "$2" >"\$file"
END
    chmod +x bin/played-make
    CRITERION=-lcriterion MAKE_COMMAND=$scratch/bin/played-make course chapter 98_toy >said.txt 2>&1
    status=$?
    [ -z "$(too_wide said.txt)" ] || bad="${bad:-too wide: $(too_wide said.txt)}"
}

bad=
touch tests/98_toy.c
chapter_is_judged time-out 'not written'
[ "$status" -ne 0 ] || bad="exit code 0"
grep -q 'The program was not run: exercise 98.1, say_yes_98, does not come to its end' said.txt || bad="${bad:-no sentence: $(cat said.txt)}"
grep -q '^the program' said.txt && bad="${bad:-the program was run}"
chapter_is_judged pass 'out of memory'
tr '\n' ' ' <said.txt | grep -q 'The program was not run: exercise 98.2, say_much_98, asks for memory without end' || bad="${bad:-no sentence on memory}"
chapter_is_judged wrong pass
grep -q '^the program' said.txt || bad="${bad:-the program was not run}"
grep -q '1 of 2 done' said.txt || bad="${bad:-nothing is counted}"
verdict "an exercise that does not end in its tests is named, and the program is not run" "$bad"

bad=
sed 's/^    (void)out, (void)number;/    bool begun = number > 0;\n    (void)out, (void)begun;/' toy.c >chapters/98_toy.c
chapter_is_judged 'not written' pass
cp toy.c chapters/98_toy.c
tr '\n' ' ' <said.txt | grep -q 'say_yes_98: wrong .*It does what the empty function does' || bad="$(cat said.txt)"
verdict "what is written and does nothing is not called unwritten" "$bad"

bad=
chapter_is_judged pass pass
[ "$status" -eq 0 ] || bad="it failed"
grep -q '^All 2 exercises of chapter 98 are done' said.txt || bad="${bad:-not a word on what was done}"
at=$(grep -n '^## What else there is' chapters/98_toy.c | cut -d : -f 1)
tr '\n' ' ' <said.txt | grep -q "The chapter goes on: read from chapters/98_toy.c, line $at, \"What else there is\"" || bad="${bad:-no way on: $(cat said.txt)}"
grep '^Next: ' said.txt | grep -q 98 && bad="${bad:-it sends back to the chapter}"
rm -f tests/98_toy.c
cp toy.c chapters/98_toy.c
verdict "after the last exercise a chapter goes on" "$bad"

# ------------------------------------------------------------------ clean, docs, a checkout
bad=
mkdir -p .backup
touch .backup/mine
"$MAKE_COMMAND" clean >said.txt 2>&1 || bad="it failed"
[ ! -d build ] || bad="${bad:-build/ is still there}"
[ -f .backup/mine ] || bad="${bad:-a backup is gone}"
cmp -s toy.c chapters/98_toy.c || bad="${bad:-a chapter changed}"
[ ! -s said.txt ] || bad="${bad:-it talks}"
printf '#!/bin/sh\necho "rm: build/1: Permission denied" >&2\necho "rm: build/2: Permission denied" >&2\nexit 1\n' >bin/rm
chmod +x bin/rm
PATH=$scratch/bin:$PATH "$MAKE_COMMAND" clean >said.txt 2>&1 && bad="${bad:-it claims success}"
/bin/rm bin/rm
[ "$(grep -c -v '^make' said.txt)" -eq 1 ] && grep -q '^Not all of build/ can be removed' said.txt || bad="${bad:-not one sentence: $(cat said.txt)}"
verdict "make clean removes build/ and nothing else" "$bad"

bad=
printf '#!/bin/sh\nexit 0\n' >bin/pandoc
chmod +x bin/pandoc
cp docs/loom/build.sh build.sh
echo 'exit 0' >docs/loom/build.sh
PATH=$scratch/bin:$PATH course docs >said.txt 2>&1 || bad="it failed: $(cat said.txt)"
cp build.sh docs/loom/build.sh
grep -q 'file:///.*/a%20copy%2C%2050%25%20%23[0-9]*/build/site/index.html$' said.txt || bad="${bad:-a browser will not find $(cat said.txt)}"
rm -f bin/pandoc
verdict "make docs prints an address that a browser can open" "$bad"

if command -v git >/dev/null 2>&1; then
    bad=
    mkdir -p turned
    cp -R Makefile .gitattributes README.md solutions tests/student tests/points.tsv turned
    (
        cd turned && git init -q . && git add -A &&
            git -c user.name=x -c user.email=x@x commit -q -m x
        cd .. && git clone -q -c core.autocrlf=true turned checkout
    ) >said.txt 2>&1 || bad="git failed: $(cat said.txt)"
    odd=$(find checkout -type f ! -path '*/.git/*' -exec grep -l "$(printf '\r')" {} + | head -n 1)
    [ -z "$odd" ] && [ -f checkout/Makefile ] || bad="${bad:-$odd has other line ends}"
    rm -rf turned checkout
    verdict "a checkout with core.autocrlf=true has the line ends that sh and make want" "$bad"
fi

# ------------------------------------------------------------------ setup
bad=
mkdir -p bin
for program in sh awk sed grep cut tr uname id head tail mktemp rm dirname cat; do
    ln -sf "$(command -v "$program")" "bin/$program"
done
PATH=$scratch/bin sh tests/student/setup.sh setup >said.txt 2>&1 </dev/null && bad="exit code 0"
[ "$(wc -l <said.txt)" -le 2 ] || bad="${bad:-not one sentence: $(head -n 3 said.txt)}"
grep -q 'none of apt-get, dnf, pacman, brew' said.txt || bad="${bad:-it does not say why}"
verdict "make setup says in one sentence that it knows no package manager" "$bad"

ln -sf "$(command -v chmod)" bin/chmod
for program in cc make; do
    printf '#!/bin/sh\nexit 0\n' >"bin/$program"
done
for program in env sudo; do # both run what follows the settings
    printf '#!/bin/sh\nwhile case "$1" in *=*) ;; *) false ;; esac; do shift; done\nexec "$@"\n' >"bin/$program"
done
chmod +x bin/cc bin/make bin/env bin/sudo
for manager in apt-get dnf pacman brew; do
    bad=
    rm -f calls.txt
    cat >"bin/$manager" <<'END'
#!/bin/sh
echo "${0##*/} $*" >>calls.txt
case "$*" in
*pandoc*) printf '#!/bin/sh\necho pandoc 9.9\n' >bin/pandoc; chmod +x bin/pandoc ;;
esac
END
    chmod +x "bin/$manager"
    BROWSER=/usr/bin/firefox PATH=$scratch/bin sh tests/student/setup.sh setup >said.txt 2>&1 </dev/null || bad="it failed: $(tail -n 1 said.txt)"
    grep -q '^setup: pandoc installed (pandoc 9.9)$' said.txt || bad="${bad:-it did not say so}"
    grep -q "^$manager .*pandoc" calls.txt || bad="${bad:-$manager was not called}"
    grep -q 'criterion' calls.txt && bad="${bad:-it installed what was there}"
    grep -q 'chromium' calls.txt && bad="${bad:-it installed a browser, and a desktop has said which one it has}"
    rm -f "bin/$manager" bin/pandoc
    verdict "make setup installs what is missing with $manager, and that only" "$bad"
done

# ------------------------------------------------------------------ tables
bad=
for row in "$(printf '%0300d' 0)	1" 'a	x' 'a	1	2'; do
    for kind in heat bars; do
        printf '# kind: %s\n# title: t\n\tb\nq\t0\n%s\n' $kind "$row" >table.tsv
        "$root/build/plot" table.tsv table.svg >said.txt 2>&1 && bad="it draws $row"
        [ "$(wc -l <said.txt)" -eq 1 ] && grep -q '^table.tsv:5: ' said.txt || bad="${bad:-$row: $(cat said.txt)}"
    done
done
verdict "a table that cannot be drawn is refused with one sentence" "$bad"

# ------------------------------------------------------------------ watch
wait "$watched"
bad=$(cat watched.txt)
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
watcher=
watched=
rm -rf apart
[ -z "$(too_wide watch.txt)" ] || bad="${bad:-too wide: $(too_wide watch.txt)}"
verdict "make watch97 runs the chapter, and again after a change, also when the run has no end or the file was away" "$bad"
