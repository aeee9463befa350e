#!/bin/sh
# Builds the hidden tests of $HIDDEN, and prints the folder where they are, for `make grade`, which
# sets what the tests are built with; the arguments are the judge's objects. What was built of the
# same files before is kept. Each HIDDEN has a folder of its own, and what another make may be
# building there gets its name when it is whole.
set -u
BUILD=${BUILD:-build}
case ${HIDDEN:-} in
'') exit 0 ;;
/*) hidden=$HIDDEN ;;
*) hidden=./$HIDDEN ;;
esac
sum=$(printf '%s' "$hidden" | cksum)
folder=$BUILD/hidden-${sum%% *} # the judge finds its callers beside it
mkdir -p "$folder" || exit 2

say() # one line, of which somebody else has chosen a part
{
    printf '%s\n' "$1" | LC_ALL=C tr -c ' -~\n' '?' >&2
}

parts() # chapter, objects...: all that its hidden tests are made of
{
    name=$1
    shift
    echo "$CC $TOOL_FLAGS $CRITERION ${LDFLAGS:-}"
    cat "$hidden"/*.h "$hidden/$name.c" tests/"$name".h "$BUILD/calls/$name.h" tests/judge/*.h 2>/dev/null
    cat "$@"
}

for file in "$hidden"/*.c; do
    name=$(basename "$file" .c)
    made=$folder/$name
    now=$made.now.$$
    if [ ! -f "tests/$name.c" ]; then
        say "HIDDEN has a file $name.c, which is no chapter's test: these are called as the chapter."
        exit 2
    fi
    parts "$name" "$@" >"$now" || exit 2
    if [ -x "$made" ] && cmp -s "$now" "$made.from"; then
        rm -f "$now"
        continue
    fi
    rm -f "$made.from"
    # shellcheck disable=SC2086  # lists of words are split on purpose
    if ! $CC $TOOL_FLAGS "-I$hidden" "$file" "$@" -o "$made.new.$$" ${LDFLAGS:-} \
        $CRITERION -ldl -lm >&2; then
        rm -f "$now" "$made.new.$$"
        say "The hidden tests of $name do not build: the first error above says where."
        exit 2
    fi
    mv -f "$made.new.$$" "$made" && mv -f "$now" "$made.from" || exit 2
done
printf '%s\n' "$folder"
