#!/bin/sh
# Makes the zip that Gradescope takes as an autograder: sh tests/instructor/gradescope.sh FILE.zip
# The environment's HIDDEN (a folder of hidden tests) and SEED become part of it.
set -eu
zip=${1:-build/gradescope.zip}
room=build/gradescope
command -v zip >/dev/null 2>&1 ||
    { echo "make gradescope needs the program zip, which is not here." >&2; exit 1; }

rm -rf "$room" "$zip"
mkdir -p "$room/course/tests" "$room/course/chapters"
cp Makefile "$room/course"
cp -R solutions "$room/course"
cp chapters/[0-9][0-9]_*.c "$room/course/chapters"
cp tests/*.c tests/*.h tests/points.tsv "$room/course/tests"
cp -R tests/judge tests/instructor tests/student tests/wrong "$room/course/tests"
: >"$room/settings"
if [ -n "${HIDDEN+set}" ]; then
    [ -f "$HIDDEN/points.tsv" ] ||
        { echo "HIDDEN has no points.tsv: it says what each hidden test is worth." >&2; exit 1; }
    case $HIDDEN in
    -*) HIDDEN=./$HIDDEN ;;
    esac
    cp -R "$HIDDEN" "$room/course/hidden"
    echo 'HIDDEN=hidden' >>"$room/settings"
fi
if [ -n "${SEED+set}" ]; then
    case $SEED in
    '' | *[!A-Za-z0-9._-]*) echo "SEED=: in a bundle a seed is made of letters and digits." >&2; exit 1 ;;
    esac
    echo "SEED=$SEED" >>"$room/settings"
fi
cp tests/instructor/gradescope/setup.sh tests/instructor/gradescope/run_autograder "$room"
chmod 755 "$room/setup.sh" "$room/run_autograder"

mkdir -p "$(dirname "$zip")"
name=$(basename "$zip")
out=$(cd "$(dirname "$zip")" && pwd)/$name
(cd "$room" && zip -q -X -r "$out" setup.sh run_autograder settings course)
rm -rf "$room"
echo "The bundle is $zip: upload it as the autograder of a programming assignment on Gradescope."
