#!/bin/sh
# Makes what the pages need to run their programs, and to answer a pointer on a figure. Called by
# docs/loom/build.sh from the root of the project, before the pages are woven; it compiles no program,
# but says in build/run/stale which must be. With a name, it compiles that one.
#     build/run/NN_name.settings     the table of settings: its being there tells the weaver to offer runs
#     build/run/names                whose tables are there
#     build/site/NN_name.run.js      the solved program as WebAssembly, and what it printed
#     build/site/plot.run.js         the program that draws figures
#     build/site/FILE.data.js        a text that chapters read
#     build/site/NN_name.figures.js  the data of the figures
# Each script hands packed bytes to run.js and is loaded when a reader first asks for it. Without a
# compiler for WebAssembly only the last is made, and the pages stand as they were printed.
set -eu

site=build/site
solved=${BUILD:-build}/solution
mkdir -p "$site" build/run

# older FILE SOURCE...: FILE is not there, or older than a source.
older() {
    made=$1
    shift
    [ ! -e "$made" ] || [ -n "$(find "$@" -newer "$made" 2> /dev/null | head -n 1)" ]
}

# packed FILE: its bytes, zipped, as one word.
packed() {
    gzip -9 -n < "$1" | base64 | tr -d '\n'
}

# script NAME KEY FILE [KEY FILE]...: a script that hands over files.
script() {
    handed=$1
    shift
    {
        printf 'hand("%s", {' "$handed"
        while [ $# -gt 0 ]; do
            printf '"%s": "%s", ' "$1" "$(packed "$2")"
            shift 2
        done
        echo '});'
    } > "build/run/$handed.new"
    mv "build/run/$handed.new" "$site/$handed.js"
}

compiler=$(sh tests/student/setup.sh wasm)
command -v base64 > /dev/null 2>&1 || compiler=

# compiled OUT SOURCE...: for a machine with vectors, a stack of 1 MB, and nothing to fuse or reorder.
compiled() {
    out=$1
    shift
    # shellcheck disable=SC2086
    $compiler -std=c11 -O2 -msimd128 -fno-math-errno -ffp-contract=off -w -s -D_WASI_EMULATED_SIGNAL "$@" \
        -o "$out" -lm -lwasi-emulated-signal -Wl,-z,stack-size=1048576
}

# There is no tmpfile where there is no folder for it.
plotter() {
    printf '#include <stdio.h>\n#define tmpfile() fopen("drawn", "w+")\n' > build/run/plot.h
    compiled build/run/plot.wasm -Oz -include build/run/plot.h docs/loom/plot.c
    script plot.run program build/run/plot.wasm
}

program() { # name
    header=
    [ ! -e "tests/$1.h" ] || header="-include tests/$1.h"
    # shellcheck disable=SC2086
    compiled "build/run/$1.wasm" $header "chapters/$1.c" "solutions/$1.c"
    script "$1.run" program "build/run/$1.wasm" printed "build/output/$1.txt"
    echo "docs: $site/$1.run.js"
}

settings() { # name
    if grep -q '^static const struct setting settings\[\]' "chapters/$1.c"; then
        "$solved/$1" settings > "build/run/$1.settings" < /dev/null
    else
        : > "build/run/$1.settings"
    fi
}

texts_of() { # name: the files that its program reads
    sed -n 's/.*"\(chapters\/data\/[^"]*\)".*/\1/p' "chapters/$1.c" | sort -u
}

script_of() { # file
    echo "$1" | sed 's/.*data\///; s/[^A-Za-z0-9_]\{1,\}/-/g'
}

figures() { # name
    set -- "$1" build/figures-site/"$1"/*.tsv
    name=$1
    shift
    [ -e "${1:-}" ] || return 0
    for data in "$@"; do
        set -- "$@" "$(basename "$data" .tsv)" "$data"
        shift
    done
    script "$name.figures" "$@"
}

case ${1:-} in
'') ;;
plot)
    plotter
    exit
    ;;
*)
    program "$1"
    exit
    ;;
esac

# The page's own part, without what is said to those who read the source.
sed '/^ *\/\//d; s/^ *//' docs/loom/run.js > "$site/run.js"
rm -f build/run/*.new
: > build/run/stale
names=
for file in chapters/[0-9][0-9]_*.c; do
    name=$(basename "$file" .c)
    [ -e "solutions/$name.c" ] && [ -e "build/output/$name.txt" ] || continue
    names="$names $name"
    if command -v base64 > /dev/null 2>&1 &&
        older "$site/$name.figures.js" "build/figures-site/$name" docs/loom/run.sh; then
        figures "$name"
    fi
    [ -n "$compiler" ] || continue
    if older "$site/$name.run.js" "$file" "solutions/$name.c" "build/output/$name.txt" docs/loom/run.sh ||
        [ ! -e "build/run/$name.settings" ]; then
        settings "$name"
        rm -f "$site/$name.run.js"
        echo "$name" >> build/run/stale
    fi
    for text in $(texts_of "$name"); do
        data=$(script_of "$text").data
        older "$site/$data.js" "$text" docs/loom/run.sh || continue
        script "$data" text "$text"
    done
done

if [ -n "$compiler" ]; then
    if older "$site/plot.run.js" docs/loom/plot.c docs/loom/run.sh; then echo plot >> build/run/stale; fi
else
    rm -f build/run/*.settings "$site"/*.run.js "$site"/*.data.js
    echo "docs: no compiler for WebAssembly here (make doctor): the pages will not run"
fi

# What belongs to chapters that are no more.
for file in "$site"/[0-9][0-9]_*.run.js "$site"/[0-9][0-9]_*.figures.js build/run/*.settings; do
    name=$(basename "$file")
    case "$names " in
    *" ${name%%.*} "*) ;;
    *) rm -f "$file" ;;
    esac
done
(cd build/run && ls -- *.settings 2> /dev/null || true) > build/run/names.new
cmp -s build/run/names.new build/run/names || mv build/run/names.new build/run/names
rm -f build/run/names.new
