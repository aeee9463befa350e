#!/bin/sh
# Builds the web site and the book into build/site. Run from the root of the project, by `make docs`,
# which has run every solved program first:
#     build/output/NN_name.txt              what it printed
#     build/figures-site/NN_name/*.tsv      the data of its drawings
#     build/plot                            the program that draws them
# Chapters are found by their names. Only what is older than what it is made from is made again.
set -eu

pandoc=${PANDOC:-pandoc}
site=build/site
book=$site/a-token-is-a-row.epub

if ! command -v "$pandoc" > /dev/null 2>&1; then
    echo "docs: pandoc is needed to build the site; 'make setup' installs it" >&2
    exit 1
fi

chapters=
for file in chapters/[0-9][0-9]_*.c; do
    [ -e "$file" ] && chapters="$chapters $file"
done
WEAVE_CHAPTERS=$chapters
export WEAVE_CHAPTERS

mkdir -p "$site"

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

# What every page shows of the other chapters: their questions.
for file in $chapters; do
    echo "$file"
    grep -m 1 '^# ' "$file" || true
    grep '^##.*\.exercise}' "$file" || true
done | put build/site.chapters

for data in build/figures-site/*/*.tsv; do
    [ -e "$data" ] || continue
    if older "${data%.tsv}.svg" "$data" build/plot; then
        build/plot "$data" "${data%.tsv}.svg"
    fi
done

sh docs/loom/run.sh # what the pages run; before the weaver, which offers it

weaver='docs/loom/weave.lua docs/loom/run.lua docs/references.bib docs/loom/build.sh build/site.chapters'

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
    "$pandoc" -f docs/loom/weave.lua -t html5 --template docs/loom/template.html --mathml --citeproc \
        --bibliography docs/references.bib -M link-citations=true --wrap=preserve \
        --fail-if-warnings -o "$2.new" "$1" 2> build/site.log || blame build/site.log "$1" solutions/*.c
    mv "$2.new" "$2"
    echo "docs: $2"
}

for file in $chapters; do
    name=$(basename "$file" .c)
    # shellcheck disable=SC2086
    if older "$site/$name.html" "$file" "solutions/$name.c" "build/output/$name.txt" \
        "build/figures-site/$name" "build/run/$name.settings" docs/*.svg $weaver docs/loom/template.html; then
        page "$file" "$site/$name.html"
    fi
    cp "$file" "$site/$name.c"
done

for file in docs/*.md; do
    name=$(basename "$file" .md)
    # shellcheck disable=SC2086
    if older "$site/$name.html" "$file" docs/*.svg tests/points.tsv build/output build/figures-site/* \
        $weaver docs/loom/template.html; then
        page "$file" "$site/$name.html"
    fi
done

for file in docs/loom/style.css docs/loom/script.js docs/loom/run.css docs/loom/run.js docs/loom/icon.svg; do
    put "$site/$(basename "$file")" < "$file"
done

# shellcheck disable=SC2086
if older "$book" $chapters solutions build/output build/figures-site/* docs/*.svg docs/notation.md docs/loom/epub.css $weaver; then
    WEAVE_FOR=epub "$pandoc" -f docs/loom/weave.lua -t epub3 --mathml --citeproc --toc --toc-depth=2 \
        --bibliography docs/references.bib -M link-citations=true --css docs/loom/epub.css \
        -M title='A Token Is a Row' -M subtitle='Embeddings from scratch in C' -M lang=en \
        -M rights='Text: CC BY 4.0. Code: MIT.' -M identifier=a-token-is-a-row \
        --fail-if-warnings -o "$book.new.epub" $chapters docs/notation.md
    mv "$book.new.epub" "$book"
    echo "docs: $book"
fi

# Pages of chapters that are no more.
for file in "$site"/*.html "$site"/*.c; do
    name=$(basename "$file")
    name=${name%.*}
    [ -e "chapters/$name.c" ] || [ -e "docs/$name.md" ] || rm -f "$file"
done
