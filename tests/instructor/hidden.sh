#!/bin/sh
# Builds the hidden tests of $HIDDEN to $BUILD/hidden/NN_name, for `make grade`, which sets
# what the tests are built with; the arguments are the judge's objects. What was built of
# the same files before is kept.
set -u
BUILD=${BUILD:-build}
case ${HIDDEN:-} in
'') exit 0 ;;
/*) hidden=$HIDDEN ;;
*) hidden=./$HIDDEN ;;
esac
mkdir -p "$BUILD/hidden"

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
    made=$BUILD/hidden/$name
    if [ ! -f "tests/$name.c" ]; then
        say "HIDDEN has a file $name.c, which is no chapter's test: these are called as the chapter."
        exit 2
    fi
    parts "$name" "$@" >"$made.now" || exit 2
    if [ -x "$made" ] && cmp -s "$made.now" "$made.from"; then
        rm -f "$made.now"
        continue
    fi
    rm -f "$made.from"
    # shellcheck disable=SC2086  # lists of words are split on purpose
    if ! $CC $TOOL_FLAGS "-I$hidden" "$file" "$@" -o "$made.new" ${LDFLAGS:-} \
        $CRITERION -ldl -lm; then
        say "The hidden tests of $name do not build: the first error above says where."
        exit 2
    fi
    mv "$made.new" "$made" && mv "$made.now" "$made.from" || exit 2
done
