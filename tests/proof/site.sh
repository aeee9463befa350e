#!/bin/sh
# Checks the built web site and the book: build/site. Prints lines `ok NAME` and `not ok NAME: what is wrong`.
#     sh tests/proof/site.sh          builds the site first (make docs), from the root of the project
#     sh tests/proof/site.sh DIR      checks the site in DIR as it is; only in build/site it runs programs
# What a browser alone can tell is checked where Debian's chromium, or another one, is installed.
set -u
LC_ALL=C
export LC_ALL

pandoc=${PANDOC:-pandoc}
site=${1:-build/site}
SITE_DIR=$site
export SITE_DIR

not_ok() {
    printf 'not ok %s: %s\n' "$1" "$2"
    exit 1
}

command -v "$pandoc" > /dev/null 2>&1 || not_ok 'site is built' 'pandoc, which builds it, is not installed'
mkdir -p build
if [ $# -eq 0 ]; then
    ${MAKE_COMMAND:-make} docs > build/site.check.log 2>&1 ||
        not_ok 'site is built' "$(grep -v '^make' build/site.check.log | tail -n 5 | tr '\n' ' ')"
fi
[ -f "$site/index.html" ] || not_ok 'site is built' "there is no $site/index.html"
echo 'ok site is built'

# In a browser, meanwhile.
sh tests/proof/run.sh > build/site.check.txt 2>&1 &
[ "${JOBS:-2}" != 1 ] || wait

SITE_FILES=$(find "$site" -type f | sort)
CHAPTERS=$(ls chapters/[0-9][0-9]_*.c 2> /dev/null)
export SITE_FILES CHAPTERS
"$pandoc" -f markdown -t plain -o /dev/null --lua-filter tests/proof/site.lua < /dev/null ||
    echo 'not ok site can be read: the checker itself broke off'

# The archive is the course: all that its commands need is in it.
listed=$(gzip -dc "$site/a-token-is-a-row.tar.gz" 2> /dev/null | tar tf - 2> /dev/null)
missing=
for file in Makefile README.md $CHAPTERS solutions/01_lookup.c tests/student/course.sh docs/loom/build.sh; do
    printf '%s\n' "$listed" | grep -qx "a-token-is-a-row/$file" || missing="$missing $file"
done
if [ -z "$missing" ]; then echo 'ok archive holds the course'; else echo "not ok archive holds the course: no$missing in it"; fi

# With an address, a page names it to those who search and share; without, no page names one.
head=$(WEAVE_SITE=https://example.org/course WEAVE_CHAPTERS=$CHAPTERS "$pandoc" -f docs/loom/weave.lua -t html5 \
    --template docs/loom/template.html docs/404.md 2>&1)
named=
for wanted in 'rel="canonical" href="https://example.org/course/404.html"' 'property="og:title" content="No row' \
    'property="og:description" content="There is' 'property="og:url" content="https://example.org/course/404.html"' \
    'property="og:image" content="https://example.org/course/card.png"'; do
    printf '%s\n' "$head" | grep -qF "$wanted" || named="$named $wanted"
done
if [ -z "${SITE:-}" ] && grep -lE 'rel="canonical"|property="og:' "$site"/*.html > /dev/null; then named="$named (named without SITE=)"; fi
printf '# Rows & <`"columns"`> {#q}\n\nIt says `"a row"` & that is < all.\n' > build/site.check.md
head=$(WEAVE_SITE=https://example.org/course WEAVE_CHAPTERS=$CHAPTERS "$pandoc" -f docs/loom/weave.lua -t html5 \
    --template docs/loom/template.html build/site.check.md 2>&1)
for wanted in 'name="description" content="It says &quot;a row&quot; &amp; that is &lt; all."' \
    'property="og:description" content="It says &quot;a row&quot; &amp; that is &lt; all."' \
    'property="og:title" content="Rows &amp; &lt;&quot;columns&quot;&gt;"'; do
    printf '%s\n' "$head" | grep -qF "$wanted" || named="$named $wanted"
done
rm -f build/site.check.md
said=$(SITE='example.org/"x' sh docs/loom/build.sh 2>&1) && named="$named (any address will do)"
[ "$said" = 'docs: SITE= is the address of the site, as in SITE=https://example.org/course' ] || named="$named ($said)"
if [ -z "$named" ]; then echo 'ok pages name their address'; else echo "not ok pages name their address:$named"; fi

# A reader's own comments, as most people write them, stay code.
printf '%s\n' '/*' '# Does it hold? {#check}' '*/' '' '/*' ' * one comment' ' */' 'int a;' '' '/* another' '   one' '*/' \
    'int b;' '' '/*' '## More {#more}' '' 'More text.' '*/' > build/01_check.c
said=$(WEAVE_CHAPTERS=build/01_check.c "$pandoc" -f docs/loom/weave.lua -t plain build/01_check.c 2>&1)
case $said in
*'More text.'*) echo 'ok comments of code are code' ;;
*) echo "not ok comments of code are code: $(printf '%s\n' "$said" | head -n 3 | tr '\n' ' ')" ;;
esac
rm -f build/01_check.c

# A page on its way to a reader, with its styles and scripts; and what search asks for besides.
weight_of() { for file in "$@"; do gzip -9c "$file"; done | wc -c; }
heavy=
shared=$(weight_of "$site/style.css" "$site/script.js")
for page in "$site"/*.html; do
    weight=$(($(weight_of "$page") + shared))
    [ "$weight" -le 133120 ] || heavy="$heavy $(basename "$page") $((weight / 1024)) KB;"
done
if [ -z "$heavy" ]; then echo 'ok pages weigh at most 130 KB'; else echo "not ok pages weigh at most 130 KB:$heavy"; fi
lines=$(wc -l < docs/loom/search.js)
if [ "$lines" -le 150 ]; then echo 'ok search is a small script'; else echo "not ok search is a small script: $((lines)) lines"; fi

wait
cat build/site.check.txt
