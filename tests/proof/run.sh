#!/bin/sh
# Shows the built pages in a real browser: measures each (site.js), and runs its program (run.js) and
# holds what the page shows then against what the program itself says on this machine. Prints lines
# `ok NAME` and `not ok NAME: why`. Called by site.sh; after make docs also by hand, from the root of
# the project:
#     BROWSER=1 sh tests/proof/run.sh [PAGE]...      all pages, or only these: 01_lookup index
#     BROWSER=1 SITE_DIR=dir sh tests/proof/run.sh   the pages in dir, which are measured and not run
# Without BROWSER=1 no browser opens them, so that the proof hangs on nobody's own browser.
# Where there is no compiler for WebAssembly, it says so.
set -u
LC_ALL=C
export LC_ALL
BUILD=${BUILD:-build}
site=${SITE_DIR:-build/site}
runs=
[ "$site" != build/site ] || runs=yes

verdict() # name, what is wrong
{
    if [ -z "$2" ]; then echo "ok $1"; else echo "not ok $1: $2"; fi
}

# ------------------------------------------------------------------ without a browser
if [ -n "$runs" ]; then
    bad=$(WASM_CC=no-such-compiler sh tests/student/setup.sh wasm)
    verdict 'without a compiler for WebAssembly nobody is told of one' "$bad"
    if [ -z "$(sh tests/student/setup.sh wasm)" ]; then
        echo '# no compiler for WebAssembly here: the pages do not run, and were not tried'
        runs=
    fi
fi

# What a page weighs, and what comes with the first press; texts apart.
if [ -n "$runs" ]; then
    weight_of() { for file in "$@"; do gzip -9c "$file"; done | wc -c; }
    bad=
    shared=$(weight_of "$site"/*.css "$site/script.js" "$site/run.js")
    plotter=$(weight_of "$site/plot.run.js")
    for page in "$site"/[0-9][0-9]_*.html; do
        name=$(basename "$page" .html)
        weight=$(($(weight_of "$page") + shared))
        [ "$weight" -le 133120 ] || bad="${bad:-$name: $weight bytes}"
        weight=$(($(weight_of "$site/$name.run.js" "$site/$name.figures.js") + plotter))
        [ "$weight" -le 122880 ] || bad="${bad:-$name: $weight bytes come with the first press}"
    done
    verdict 'pages and programs weigh little' "$bad"
    bad=$(grep -L '<figure[^>]* data-set="' "$site"/[0-9][0-9]_*.html | head -n 1)
    verdict 'each chapter has settings beside its outputs' "$bad"
fi

if [ "${BROWSER:-}" != 1 ]; then # desktops say by that name which browser is theirs
    echo 'left out: the pages were not opened in a browser (BROWSER=1 make test does that)'
    exit 0
fi
if [ "${JUDGE_WITHOUT_SECCOMP:-0}" != 0 ]; then
    echo 'left out: the pages were not opened in a browser, which fences itself with seccomp, too'
    exit 0
fi
if ! browser=$(sh tests/student/setup.sh browser); then
    verdict 'there is a browser for BROWSER=1' 'there is none: BROWSER=1 make setup installs it'
    exit 1
fi

# ------------------------------------------------------------------ in a browser
mkdir -p build/run
room=$(mktemp -d "$(pwd)/build/run.XXXXXX")
trap 'rm -rf "$room" build/run/check-*.js' EXIT
trap 'exit 130' INT TERM
driver=$room/browser
${CC:-cc} -D_GNU_SOURCE -O1 tests/proof/browser.c -o "$driver" || exit 1
case $site in
/*) address=file://$site ;;
*) address=file://$(pwd)/$site ;;
esac
address=$(echo "$address" | sed 's/ /%20/g')

# Lines of the driver on standard input. The page is a
# tab that is not in front: it is laid out, and not painted; clocks are as good there as elsewhere. Without
# the popups of its address bar, which are pages of their own, the browser starts in half the time.
drive()
{
    "$driver" 150 "$browser" --headless --no-sandbox --disable-gpu --in-process-gpu --disable-dev-shm-usage \
        --disable-background-timer-throttling --disable-renderer-backgrounding \
        --disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup \
        --disable-background-networking --disable-component-update --disable-sync --disable-extensions \
        --no-first-run --no-default-browser-check --hide-scrollbars --user-data-dir="$room/user" \
        --remote-debugging-pipe 2> "$room/log"
}

open_page() # name
{
    echo "> Page.navigate {\"url\": \"$address/$1.html\"}"
    echo '@ tests/proof/site.js'
    [ ! -e "$room/$1.native" ] || echo '@ tests/proof/run.js'
}

width() # pixels
{
    echo "Emulation.setDeviceMetricsOverride {\"width\": $1, \"height\": 740, \"deviceScaleFactor\": 1, \"mobile\": false}"
}

medium() # screen or print
{
    echo "Emulation.setEmulatedMedia {\"media\": \"$1\"}"
}

looked_at() # true or false: the page has the keyboard, as if it were in front, and is painted once a second
{
    echo "Emulation.setFocusEmulationEnabled {\"enabled\": $1}"
}

key() # name, code of the key, text
{
    echo "Input.dispatchKeyEvent {\"type\": \"keyDown\", \"key\": \"$1\", \"code\": \"$1\", \"windowsVirtualKeyCode\": $2${3:-}}"
    echo "Input.dispatchKeyEvent {\"type\": \"keyUp\", \"key\": \"$1\", \"code\": \"$1\", \"windowsVirtualKeyCode\": $2}"
}

# The settings to run with: others than those of the print, and soon done.
chosen() # name
{
    case $1 in
    01_lookup) echo 'sentence=an owl an owl|row=0|value=inf|vocab=20000' ;;
    02_init) echo 'seed=7|rows=3|columns=9|std=0.5|width=64' ;;
    03_trainer) echo 'passes=0.01|pair=dog jumps|steps=20|seed=8' ;;
    04_positions) echo 'seeds=1|order=3|mask=1|base=2|distance=5' ;;
    05_heads) echo 'passes=0.01|turn=45|loudness=-2|word=frank' ;;
    06_optimizers) echo 'passes=0.01|rate=0.2|momentum=0.5|beta1=0.8|decay=0.3|seen=3|seed=2' ;;
    07_geometry) echo 'rows=1000|word=river|k=3|axis=5|centre=1|seed=2' ;;
    08_word2vec) echo 'passes=0.1|d=16|window=2|noise=2|words=emma walked|seed=3' ;;
    09_context) echo 'seeds=1|steps=150|rate=0.05' ;;
    10_dimension) echo 'passes=0.01|states=100|turns=5|every=50|noise=0.5|seed=2' ;;
    11_ids) echo 'learn=100|shown=5|seed=2' ;;
    12_gpt2) echo 'word=brother|neighbours=3|position=7|token=11|seed=2' ;;
    13_beyond) echo 'ask=the bank of the river|k=1|patch=8|residue=C|d=4|rows=1000|seed=2' ;;
    esac
}

# How many letters of the novel three pages are given as a text of the reader's own: most of a run goes
# into the text that is held out, or into counting words. The other pages run with what they read by
# themselves.
letters() # name
{
    case $1 in 03_trainer | 05_heads) echo 90000 ;; 08_word2vec) echo 300000 ;; esac
}

# What a program said, as it stands in boxes: without what was measured, if that is a number, and without
# empty lines.
bare()
{
    sed -e 's/~[0-9][^ )]*/~/g' -e 's/  */ /g' -e 's/ $//' -e '/^$/d'
}

# Sections of the second file that the first has.
sections_of()
{
    awk 'NR == FNR { if (/^== /) known[$0] = 1; next } /^== / { on = $0 in known } on' "$1" "$2"
}

# Runs the program on this machine and keeps what it says, and its pictures. A text has the name there
# that it has in the page.
ask_program() # name, settings
{
    name=$1
    mkdir -p "$room/$name/build"
    (
        IFS='|'
        # shellcheck disable=SC2086
        set -- $2
        program=$(cd "$BUILD/solution" && pwd)/$name
        FIGURES=$room/$name
        export FIGURES
        if [ -n "$(letters "$name")" ]; then
            dd bs="$(letters "$name")" count=1 < chapters/data/austen/emma.txt > "$room/$name/your text"
            cd "$room/$name" || exit 1
            TEXT='your text'
            export TEXT
        fi
        "$program" "$@" < /dev/null > "$room/$name.native"
    ) 2> /dev/null
    {
        printf 'hand("../run/check-%s", {' "$name"
        for data in "$room/$name"/*.tsv; do
            [ -e "$data" ] || continue
            ! grep -q '^# measured: yes' "$data" || continue
            build/plot "$data" "${data%.tsv}.svg"
            for file in "${data%.tsv}.svg" "$data"; do
                printf '"%s": "%s", ' "$(basename "$file" .svg)" "$(gzip -9 -n < "$file" | base64 | tr -d '\n')"
            done
        done
        echo '});'
    } > "build/run/check-$name.js"
}

# ------------------------------------------------------------------ what is done with each page

# With the keyboard alone: to the bar, its settings, the first field; and a run. What other fields hold,
# they have been given.
with_keys() # settings
{
    asked later
    looked_at true
    echo "? test.fill($1)"
    tabs=0
    while [ $((tabs += 1)) -le 15 ]; do key Tab 9; done
    echo '? test.goOn()'
    key Enter 13 ', "text": "\\r"'
    key Tab 9
    echo "? (document.activeElement.select(), '')"
    echo 'Input.insertText {"text": "an owl an owl"}'
    key Enter 13 ', "text": "\\r"'
    key Escape 27
    echo "? test.keys('01_lookup')"
    looked_at false
    asked 'with keys'
}

# Runs the program in the page, and puts the printed page back.
run_program() # name, settings
{
    wanted="{$(echo "$2" | sed 's/\([^=|]*\)=\([^|]*\)/"\1": "\2"/g; s/|/, /g')}"
    echo '? test.remember()'
    if [ "$1" = 01_lookup ]; then with_keys "$wanted"; else echo "? test.run($wanted, $(letters "$1"))"; fi
    echo "? '<< $1'"
    echo '? test.boxes()'
    echo "? '>> $1'"
    echo "? test.prose('$1')"
    echo "? test.figures('$1')"
    echo "? test.pointers('$1')"
    echo "? test.back('$1')"
}

asked() # when: the addresses that were asked for since the last time
{
    echo "? '<asked $1'"
    echo requests
    echo "? '>asked'"
}

# A page is opened once, and is laid out as seldom as can be: each width comes but once, first with the
# page as a reader finds it, then with all that is folded open.
look_at() # name, settings
{
    program=
    [ ! -e "$room/$1.native" ] || program=$1
    asked later
    width 1280
    open_page "$1"
    asked before
    if [ -n "$program" ]; then
        ! grep -q '^::: predict' "chapters/$1.c" || echo "? test.covered('$1')"
        run_program "$1" "$2"
    fi
    echo '? measure.wide()'
    width 390
    echo '? measure.telephone()'
    echo '? measure.memory()'
    if [ -n "$program" ]; then
        width 360
        echo "? test.narrow('$1')"
        ! grep -q '^::: predict' "chapters/$1.c" || echo "? test.guess('$1')"
    fi
    echo '? measure.dark()'
    medium print
    width 650
    echo '? measure.paper()'
    medium screen
    echo '? measure.open()'
    width 320
    echo '? measure.sideways(320)'
    echo '? measure.whole(320)'
    width 768
    echo '? measure.sideways(768)'
    width 1280
    echo '? measure.sideways(1280)'
    echo "? measure.report('$1.html')"
}

# What one chapter shows for all of them.
look_closer() # name
{
    case $1 in
    01_lookup)
        open_page 01_lookup
        echo "? test.kept('01_lookup')"
        echo "? test.noMachine('01_lookup')"
        echo "? test.asPrinted('01_lookup', 'Equal in algebra, not in bits', 'row')"
        echo "? test.typing('01_lookup')"
        echo "? test.wrong('01_lookup')"
        ;;
    02_init)
        echo "? test.asPrinted('02_init', 'Random rows', 'width')"
        echo "? test.near('02_init', 'Random rows', 'width', '64', 'Forty million values')"
        ;;
    03_trainer)
        echo "? test.text('03_trainer')"
        echo "? test.novel('03_trainer', 'A novel becomes ids')"
        ;;
    04_positions)
        echo "? test.near('04_positions', 'The score sees the distance only', 'base', '2', 'Say again the token three back')"
        echo Page.bringToFront
        echo "? test.stop('04_positions')"
        echo 'Target.createTarget {"url": "about:blank"}' # now that one is in front
        ;;
    05_heads) echo "? test.novel('05_heads', 'Three models read a novel')" ;;
    07_geometry) echo "? test.near('07_geometry', 'A famous question', 'ask', 'boy girl king', 'Six families')" ;;
    08_word2vec) echo "? test.novel('08_word2vec', 'Six novels become ids')" ;;
    11_ids)
        printf '%s\n' "? test.near('11_ids', 'A text in GPT-2\\'s ids', 'text', 'a cat', 'Whose merges?')"
        echo "? test.ownText('11_ids', 'A rose is a rose, and Emma has a garden of roses. ')"
        ;;
    esac
}

# Search, and the key that turns to the next page; the last chapter has none.
look_around() # name, name of the next
{
    open_page "$1"
    echo '? measure.search()'
    [ -n "$2" ] || return 0
    echo '> Runtime.evaluate {"expression": "measure.turn()"}'
    echo '@ tests/proof/site.js'
    echo "? measure.turned('$address/$2.html')"
}

# With no script there are all outputs, and nothing that would need one.
without_scripts() # name
{
    echo 'Emulation.setScriptExecutionDisabled {"value": true}'
    echo "> Page.navigate {\"url\": \"$address/$1.html\"}"
    echo "! Runtime.evaluate {\"returnByValue\": true, \"expression\": \"'bare ' + [document.querySelectorAll('.output samp').length, document.querySelectorAll('.runbar, .fields, .guess, .covered, main input').length, document.querySelectorAll('details.answer').length].join(' ')\"}"
    echo 'Emulation.setScriptExecutionDisabled {"value": false}'
}

# The pages, one after the other: the program of each says what it says here while the browser is still
# busy with the page before.
browse() # names
{
    for name in "$@"; do
        settings=$(chosen "$name")
        if [ -n "$runs" ] && [ -e "$site/$name.run.js" ]; then ask_program "$name" "$settings"; fi
        look_at "$name" "$settings"
        [ ! -e "$room/$name.native" ] || look_closer "$name"
        [ "$name" != "$first" ] || look_around "$name" "$second"
        [ "$name" != "$first" ] || without_scripts "$name"
        asked later
    done | drive > "$room/said.txt"
}

first=
second=
for page in "$site"/[0-9][0-9]_*.html; do
    if [ -z "$first" ]; then first=$(basename "$page" .html); elif [ -z "$second" ]; then second=$(basename "$page" .html); fi
done
names=
n=0
for page in "$site"/*.html; do
    if grep -q '^<base ' "$page"; then continue; fi # it takes its styles from where the site will be
    name=$(basename "$page" .html)
    case " $* " in
    '  ' | *" $name "*) ;;
    *) continue ;;
    esac
    names="$names $name"
    n=$((n + 1))
done
# shellcheck disable=SC2086
browse $names

# ------------------------------------------------------------------ what they said
sed -e '/^<asked /,/^>asked$/d' -e '/^<< /,/^>> /d' "$room/said.txt" | grep '^not ok\|^ok\|^error' |
    sed 's/^error: /not ok the browser can be driven: /'
bad=
[ "$(grep -c '^measured ' "$room/said.txt")" -eq "$n" ] || bad="$(grep -v '^$' "$room/log" | tail -n 1)"
verdict 'pages were measured in a browser' "$bad"
verdict 'pages say nothing on the console' "$(sed -n 's/^console: //p' "$room/said.txt" | head -n 1)"
[ -n "$runs" ] || exit 0

compare() # name, settings, letters
{
    sed -n "/^<< $1\$/,/^>> $1\$/p" "$room/said.txt" | sed '1d; $d' | bare > "$room/$1.page"
    sections_of "$room/$1.page" "$room/$1.native" | bare > "$room/$1.wanted"
    bad=$(diff "$room/$1.wanted" "$room/$1.page" | grep '^[<>]' | head -n 4 | tr '\n' ';')
    [ -s "$room/$1.page" ] || bad="the page shows nothing"
    verdict "$1: the page says what the program says${2:+ ($2${3:+|$3 letters of the novel})}" "$bad"
}

for native in "$room"/*.native; do
    [ -e "$native" ] || continue
    name=$(basename "$native" .native)
    compare "$name" "$(chosen "$name")" "$(letters "$name")"
done

asked_for() # when
{
    sed -n "/^<asked $1\$/,/^>asked\$/p" "$room/said.txt" | grep '^[a-z]*:'
}

bad=$(asked_for before | grep '\.run\.js$\|data\.js$\|figures\.js$\|blob:' | head -n 1)
verdict 'nothing is loaded before the reader asks' "$bad"
bad=$(asked_for '.*' | grep -v "^$address/\|^blob:null/\|^${address%/site}/run/check-" | head -n 1)
case " $names " in
*' 01_lookup '*) [ "$(asked_for 'with keys' | grep -c '\.run\.js$')" -eq 2 ] || bad="${bad:-the program was not asked for}" ;;
esac
verdict 'no request leaves the folder of the pages' "$bad"
case " $names " in
*" $first "*)
    bad=
    grep -q '"value":"bare [1-9][0-9]* 0 [1-9]' "$room/said.txt" || bad="it has: $(grep '"value":"bare' "$room/said.txt")"
    verdict 'with scripts off the page is whole, and nothing on it is dead' "$bad"
    ;;
esac
