#!/bin/sh
# Builds the web site and the book into build/site. Run from the root of the project, by `make docs`,
# which has run every solved program first:
#     build/output/NN_name.txt              what it printed
#     build/figures-site/NN_name/*.tsv      the data of its drawings
#     build/plot                            the program that draws them
# Chapters are found by their names. Only what is older than what it is made from is made again, as many
# things side by side as there are processors.
#     JOBS=1                             one after the other
#     SITE=https://example.org/course    the address that the site will have: its pages name it
#                                        to search engines and to those who share them
set -eu

pandoc=${PANDOC:-pandoc}
site=build/site
book=$site/a-token-is-a-row.epub
archive=$site/a-token-is-a-row.tar.gz

if ! command -v "$pandoc" > /dev/null 2>&1; then
    echo "docs: pandoc is needed to build the site; 'make setup' installs it" >&2
    exit 1
fi

WEAVE_SITE=${SITE:-}
WEAVE_SITE=${WEAVE_SITE%/}
export WEAVE_SITE
if [ -n "$WEAVE_SITE" ]; then
    printf '%s\n' "$WEAVE_SITE" | LC_ALL=C grep -q '^https\{0,1\}://[A-Za-z0-9.:-]*[A-Za-z0-9]\(/[A-Za-z0-9._~/-]*\)\{0,1\}$' || {
        echo 'docs: SITE= is the address of the site, as in SITE=https://example.org/course' >&2
        exit 1
    }
fi

chapters=
for file in chapters/[0-9][0-9]_*.c; do
    [ -e "$file" ] && chapters="$chapters $file"
done
WEAVE_CHAPTERS=$chapters
export WEAVE_CHAPTERS

mkdir -p "$site" build/search

# older FILE SOURCE...: FILE is not there, or older than a source.
older() {
    made=$1
    shift
    [ ! -e "$made" ] || [ -n "$(find "$@" -newer "$made" 2> /dev/null | head -n 1)" ]
}

# put FILE: keeps standard input as FILE, and leaves FILE alone if it already says that.
put() {
    cat > "$1.new"
    if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# What every page shows of the other chapters: their questions. And where all of them will be.
{
    echo "$WEAVE_SITE"
    for file in $chapters; do
        echo "$file"
        grep -m 1 '^# ' "$file" || true
    done
} | put build/site.chapters

# What the front page shows of them besides: exercises, and how they open.
for file in $chapters; do
    sed -n '1,/^\*\/$/p' "$file"
    grep '^##.*\.exercise}' "$file" || true
done | put build/site.teasers

for data in build/figures-site/*/*.tsv; do
    [ -e "$data" ] || continue
    if older "${data%.tsv}.svg" "$data" build/plot; then
        build/plot "$data" "${data%.tsv}.svg"
    fi
done

# ------------------------------------------------------------------ side by side

# A task is a line: a function and its words. Each worker takes the next that nobody has taken, until one
# has failed; what a task says comes in one piece.
tasks=build/site.tasks
rm -rf "$tasks"
mkdir "$tasks"
: > "$tasks/list"
trap ': > "$tasks/failed"; exit 130' INT TERM

task() {
    echo "$*" >> "$tasks/list"
}

work() {
    number=0
    while read -r line; do
        number=$((number + 1))
        [ ! -e "$tasks/failed" ] || return 0
        mkdir "$tasks/$number" 2> /dev/null || continue
        (
            set -e
            $line
        ) > "$tasks/$number/said" 2> "$tasks/$number/wrong" < /dev/null &
        wait "$!" || : > "$tasks/failed"
        cat "$tasks/$number/said"
        cat "$tasks/$number/wrong" >&2
    done < "$tasks/list"
}

do_tasks() {
    workers=${JOBS:-$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)}
    case $workers in '' | *[!0-9]* | 0) workers=2 ;; esac
    while [ $((workers -= 1)) -gt 0 ]; do work & done
    work
    wait
    [ ! -e "$tasks/failed" ] || exit 1
    rm -rf "$tasks"
}

# What the pages run: their settings, before the weaver, which offers them. The programs take their time.
sh docs/loom/run.sh

weaver='docs/loom/weave.lua docs/loom/run.lua build/run/names docs/references.bib docs/loom/build.sh docs/loom/template.html build/site.chapters'

# blame LOG SOURCE...: what pandoc said, with the line of a formula that it could not read.
blame() {
    log=$1
    shift
    sed -n 's/.*Could not convert TeX math \(.*\), rendering as TeX.*/\1/p' "$log" | while read -r formula; do
        place=$(grep -nF -m 1 -- "$formula" "$@" /dev/null | cut -d : -f 1,2)
        printf '%s: this formula is not understood: %s\n' "${place:-$1}" "$formula"
    done >&2
    cat "$log" >&2
    exit 1
}

# page SOURCE PAGE
page() {
    log=$tasks/$(basename "$1").log
    WEAVE_INDEX=build/search/$(basename "$1") "$pandoc" -f docs/loom/weave.lua -t html5 --template docs/loom/template.html --mathml --citeproc \
        --bibliography docs/references.bib -M link-citations=true --wrap=preserve \
        --fail-if-warnings -o "$2.new" "$1" 2> "$log" || blame "$log" "$1" solutions/*.c
    sed 's/ role="doc-biblioentry"//' "$2.new" > "$2.newer" # a role that is no more
    rm "$2.new"
    mv "$2.newer" "$2"
    echo "docs: $2"
}

make_book() {
    log=$tasks/book.log
    # shellcheck disable=SC2086
    WEAVE_FOR=epub "$pandoc" -f docs/loom/weave.lua -t epub3 --mathml --citeproc --toc --toc-depth=2 \
        --bibliography docs/references.bib -M link-citations=true --css docs/loom/epub.css \
        -M title='A Token Is a Row' -M subtitle='Embeddings from scratch in C' -M lang=en \
        -M author='The authors of A Token Is a Row' -M rights='Text: CC BY 4.0. Code: MIT.' -M identifier=a-token-is-a-row \
        --epub-cover-image=docs/loom/cover.png --fail-if-warnings -o "$book.new.epub" $chapters docs/claims.md docs/notation.md \
        2> "$log" || blame "$log" $chapters solutions/*.c docs/claims.md docs/notation.md
    BOOK=$book.new.epub "$pandoc" -f markdown -t plain -o /dev/null --lua-filter docs/loom/book.lua < /dev/null
    mv "$book.new.epub" "$book"
    echo "docs: $book"
}

program() { # name
    sh docs/loom/run.sh "$1"
}

# What takes longest comes first.
# shellcheck disable=SC2086
if older "$book" $chapters solutions build/output build/figures-site/* docs/*.svg docs/claims.md docs/notation.md docs/loom/epub.css docs/loom/book.lua docs/loom/cover.png $weaver; then
    task make_book
fi
while read -r name; do task program "$name"; done < build/run/stale
for file in $chapters; do
    name=$(basename "$file" .c)
    # shellcheck disable=SC2086
    if older "$site/$name.html" "$file" "solutions/$name.c" "build/output/$name.txt" \
        "build/figures-site/$name" "build/run/$name.settings" docs/*.svg $weaver; then
        task page "$file" "$site/$name.html"
    fi
    cp "$file" "$site/$name.c"
done

for file in docs/*.md; do
    name=$(basename "$file" .md)
    # shellcheck disable=SC2086
    if older "$site/$name.html" "$file" build/site.teasers docs/*.svg tests/points.tsv build/output build/figures-site/* \
        $weaver; then
        task page "$file" "$site/$name.html"
    fi
done

do_tasks

# Readers of the page are spared what is said to readers of the source.
for file in style.css run.css; do
    sed 's|/\*.*\*/||; /\/\*/,/\*\//d; s/^ *//; /^$/d' "docs/loom/$file" | put "$site/$file"
done
for file in script.js search.js icon.svg touch.png card.png; do
    put "$site/$file" < "docs/loom/$file"
done

# All that search finds, as a script: a page that lies on a disk may load it.
{
    echo 'window.everything = ['
    for file in $chapters docs/*.md; do
        [ ! -e "build/search/$(basename "$file")" ] || cat "build/search/$(basename "$file")"
    done
    echo '];'
} | put "$site/search-index.js"

# The course to take along: what the repository holds, or, where this is no repository, the same
# kinds of files.
if top=$(git rev-parse --show-toplevel 2> /dev/null) && [ "$top" = "$(pwd -P)" ]; then
    git rev-parse HEAD | put build/site.commit
    if older "$archive" build/site.commit; then
        git archive --format=tar --prefix=a-token-is-a-row/ HEAD | gzip -n6 > "$archive.new"
        mv "$archive.new" "$archive"
        echo "docs: $archive"
    fi
elif older "$archive" chapters solutions tests docs Makefile; then
    rm -rf build/archive
    mkdir -p build/archive/a-token-is-a-row
    for file in ./* ./.[a-z]*; do
        case $file in ./build | ./.git | ./.backup | ./.vscode | ./.idea | ./.cache | './*' | './.[a-z]*') continue ;; esac
        cp -R "$file" build/archive/a-token-is-a-row/
    done
    (cd build/archive && tar cf - a-token-is-a-row) | gzip -n6 > "$archive.new"
    mv "$archive.new" "$archive"
    rm -rf build/archive
    echo "docs: $archive"
fi

# Pages of chapters that are no more.
for file in "$site"/*.html "$site"/*.c; do
    name=$(basename "$file")
    name=${name%.*}
    [ -e "chapters/$name.c" ] || [ -e "docs/$name.md" ] || rm -f "$file"
done
