# Tests the commands themselves, in a copy of the course that is thrown away.
# `sh tests/student/course.sh commands` reads this file; it prints "ok NAME" and "not ok NAME: why".

unset MAKEFLAGS MFLAGS MAKELEVEL BUILD SUBMISSIONS HIDDEN SHARD JOBS STRICT CRITERION CC CFLAGS LDFLAGS OPT SAN SUBMISSION SEED E AGAIN FIGURES
unset COURSE_FLAGS TOOL_FLAGS SHARED BROWSER
root=$(pwd)
scratch=$root/build/commands/"a copy $$" # with spaces: the course may live anywhere
mkdir -p "$scratch/chapters"
trap 'kill $watcher 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
watcher=
cp -R Makefile README.md solutions tests docs "$scratch"
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

# ------------------------------------------------------------------ two chapters to play with
toy() # number, file
{
    sed "s/@/$1/g" >"$2" <<'END'
/*
# Does chapter @ hold? {#toy}
*/

#include <stdbool.h>
#include <stdio.h>

#define EXERCISE __attribute__((weak))

/*
## Exercise @.1: say yes {#say-yes-@ .exercise}
*/

// out[0] = number
EXERCISE bool say_yes_@(float *out, float number)
{
    // your code here
    (void)out, (void)number;
    return false;
}

int main(void)
{
    float out = 0;
    bool said = say_yes_@(&out, 1.0f);
    printf("\n== Toy\nanswer %d\n", said);
    return 0;
}

/*
## Hints {#hints}
::: {.hint exercise="@.1"}
One.
:::
::: {.hint exercise="@.1"}
Two.
:::
::: {.hint exercise="@.1"}
Three.
:::
*/
END
}

toy 97 chapters/97_watched.c
toy 98 chapters/98_toy.c
cat >solutions/98_toy.c <<'END'
#include <stdbool.h>

bool say_yes_98(float *out, float number);

bool say_yes_98(float *out, float number)
{
    *out = number;
    return true;
}
END
# watching takes seconds, so it starts now and is looked at in the end
CRITERION=no sh tests/student/course.sh watch 97_watched </dev/null >watch.txt 2>&1 &
watcher=$!

# ------------------------------------------------------------------ reset
write_an_answer() # file, exercise's function: any code in place of the stub
{
    awk -v call="$2(" '
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
    awk -v call="$2(" '
        index($0, "EXERCISE ") == 1 && index($0, call) { joining = 1; text = "" }
        joining && $0 == "{" { print text " {"; joining = 0; next }
        joining { sub(/^ +/, text == "" ? "" : " "); text = text $0; next }
        { print }' "$1" >"$1.new" && mv "$1.new" "$1"
}

test_reset() # file, exercise, function, state
{
    bad=
    cp "$1" before.c
    course reset "$2" >said.txt 2>&1 || bad="failed: $(cat said.txt)"
    [ "$4" != "not written" ] || cmp -s "$1" before.c || bad="changed an untouched exercise"
    cp "$1" pristine.c
    write_an_answer "$1" "$3"
    cp "$1" answer.c
    cmp -s "$1" pristine.c && bad="${bad:-no stub was found to write over}"
    course reset "$2" >said.txt 2>&1 || bad="${bad:-failed: $(cat said.txt)}"
    cmp -s "$1" pristine.c || bad="${bad:-an answer was not put back to the first bytes}"
    kept=$(sed -n 's/.*kept: //p' said.txt)
    cmp -s "$kept" answer.c || bad="${bad:-the answer is not in ${kept:-any backup}}"
    crowd_the_signature "$1" "$3"
    course reset "$2" >said.txt 2>&1 || bad="${bad:-failed on a changed layout: $(cat said.txt)}"
    cmp -s "$1" pristine.c || bad="${bad:-a signature on one line was not put back to the first bytes}"
    second=$(sed -n 's/.*kept: //p' said.txt)
    [ "$second" != "$kept" ] || bad="${bad:-one backup was written over another}"
    cmp -s "$kept" answer.c || bad="${bad:-an older backup changed}"
    cp before.c "$1"
    verdict "make reset E=$2 puts back $3 and keeps the answer" "$bad"
}

test_hints() # exercise
{
    bad=
    rm -f "build/hints/$1"
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

for file in $(chapter_files); do
    [ "$file" != chapters/97_watched.c ] || continue
    exercises_of "$file" >exercises.txt
    while IFS='	' read -r e function _ _ state; do
        test_reset "$file" "$e" "$function" "$state"
        test_hints "$e"
    done <exercises.txt
done

bad=
cp chapters/98_toy.c before.c
sed 's/^}$/ }/' before.c >chapters/98_toy.c
cp chapters/98_toy.c odd.c
course reset 98.1 >said.txt 2>&1 && bad="it did not refuse"
cmp -s chapters/98_toy.c odd.c || bad="it changed the file"
cp before.c chapters/98_toy.c
verdict "make reset leaves alone a function whose end it cannot find" "$bad"

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
refused check98 SUBMISSION=nowhere.c
refused check SUBMISSION=Makefile
refused check CRITERION=no
refused grade
refused grade SUBMISSIONS=chapters HIDDEN=docs
refused chapter98 CC=no-such-compiler

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
    *N) "$MAKE_COMMAND" -n "${target%N}98" CRITERION=-lcriterion ;;
    *) "$MAKE_COMMAND" -n "$target" E="$some" SUBMISSIONS=chapters CRITERION=-lcriterion ;;
    esac >said.txt 2>&1 || bad="${bad:-make $target is no command: $(tail -n 1 said.txt)}"
done
verdict "make help has a line for each command, and each of them exists" "$bad"

# ------------------------------------------------------------------ the board
board_says() # what it must hold
{
    "$MAKE_COMMAND" >board.txt 2>&1 || bad="${bad:-it failed: $(cat board.txt)}"
    [ "$(grep -c '^Next: ' board.txt)" -eq 1 ] || bad="${bad:-not exactly one next step}"
    tail -n 1 board.txt | grep -q '^Next: ' || bad="${bad:-the next step is not its last line}"
    grep -q -e "$1" board.txt || bad="${bad:-no \"$1\" in it}"
}

bad=
rm -rf build
for e in $(all_exercises); do
    board_says "^ *$e "
    break
done
for e in $(all_exercises); do
    grep -q "^ *$e " board.txt || bad="${bad:-exercise $e is not on it}"
done
verdict "make shows every exercise before anything was built" "$bad"

bad=
mkdir -p build/results
row='98.1\tsay_yes_98\tsays_yes\t1\t'
printf "${row}0\\twrong\\tgot 0\\nend\\t1\\n" >build/results/98_toy.tsv
board_says '98\.1 *wrong '
printf "${row}1\\tpass\\t\\nend\\t1\\n" >build/results/98_toy.tsv
board_says '98\.1 *done '
printf "${row}1\\tpass\\t\\n" >build/results/98_toy.tsv
board_says '98\.1 *not written '
verdict "make shows what the tests said, and nothing that was cut short" "$bad"

# ------------------------------------------------------------------ a new chapter is its files
bad=
export CRITERION=no
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 || bad="it failed: $(head -n 3 said.txt)"
grep -q '^answer 0$' said.txt || bad="${bad:-its program did not run}"
tail -n 1 said.txt | grep -q '^Next: write exercise 98\.1, say_yes_98 ' || bad="${bad:-no next step: $(tail -n 1 said.txt)}"
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

bad=
cp chapters/98_toy.c before.c
sed 's/float out = 0;/float out = 0/' before.c >chapters/98_toy.c
"$MAKE_COMMAND" chapter98 >said.txt 2>&1 && bad="exit code 0"
grep -q '98_toy.c:[0-9]*:.*error' said.txt || bad="${bad:-no message of the compiler}"
grep -q '^chapters/98_toy.c does not compile' said.txt || bad="${bad:-no sentence}"
[ "$(grep -c '^make' said.txt)" -le 1 ] || bad="${bad:-more than one line of make}"
cp before.c chapters/98_toy.c
verdict "a chapter that does not compile gets the compiler's message and one sentence" "$bad"

bad=
mkdir -p .backup
touch .backup/mine
"$MAKE_COMMAND" clean >said.txt 2>&1 || bad="it failed"
[ ! -d build ] || bad="${bad:-build/ is still there}"
[ -f .backup/mine ] || bad="${bad:-a backup is gone}"
cmp -s before.c chapters/98_toy.c || bad="${bad:-a chapter changed}"
[ ! -s said.txt ] || bad="${bad:-it talks}"
verdict "make clean removes build/ and nothing else" "$bad"

# ------------------------------------------------------------------ setup
bad=
mkdir -p bin
for program in sh awk sed grep cut tr uname id head tail mktemp rm dirname cat; do
    ln -sf "$(command -v "$program")" "bin/$program"
done
PATH=$scratch/bin sh tests/student/course.sh setup >said.txt 2>&1 </dev/null && bad="exit code 0"
[ "$(wc -l <said.txt)" -eq 1 ] || bad="${bad:-not one line: $(head -n 3 said.txt)}"
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
    PATH=$scratch/bin sh tests/student/course.sh setup >said.txt 2>&1 </dev/null || bad="it failed: $(tail -n 1 said.txt)"
    grep -q '^setup: pandoc installed (pandoc 9.9)$' said.txt || bad="${bad:-it did not say so}"
    grep -q "^$manager .*pandoc" calls.txt || bad="${bad:-$manager was not called}"
    grep -q 'criterion' calls.txt && bad="${bad:-it installed what was there}"
    rm -f "bin/$manager" bin/pandoc
    verdict "make setup installs what is missing with $manager, and that only" "$bad"
done

# ------------------------------------------------------------------ what the files say of each other
(
    cd "$root" || exit 1
    check_readme
    check_carried
    check_points
)

# ------------------------------------------------------------------ watch
bad=
wait_for() # how often, what
{
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ "$(grep -c "$2" watch.txt)" -lt "$1" ] || return 0
        sleep 1
    done
    return 1
}
wait_for 1 '^answer 0$' || bad="it did not run the chapter"
sed 's/said);/2);/' chapters/97_watched.c >97.c
cat 97.c >chapters/97_watched.c
wait_for 1 '^answer 2$' || bad="${bad:-it did not run the chapter again after a change}"
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
watcher=
verdict "make watch97 runs the chapter, and again after a change" "$bad"
