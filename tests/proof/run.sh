#!/bin/sh
# Runs the programs of the built pages in a real browser and holds what they show against what the
# programs themselves say on this machine. Prints lines `ok NAME` and `not ok NAME: why`.
#     sh tests/proof/run.sh         from the root of the project, after make docs
# Where there is no compiler for WebAssembly, or no browser, it says so: then nothing runs.
set -u
LC_ALL=C
export LC_ALL
BUILD=${BUILD:-build}
site=build/site

verdict() # name, what is wrong
{
    if [ -z "$2" ]; then echo "ok $1"; else echo "not ok $1: $2"; fi
}

# ------------------------------------------------------------------ without a browser
bad=$(WASM_CC=no-such-compiler sh tests/student/setup.sh wasm)
verdict 'without a compiler for WebAssembly nobody is told of one' "$bad"
if [ -z "$(sh tests/student/setup.sh wasm)" ]; then
    echo '# no compiler for WebAssembly here: the pages do not run, and were not tried'
    exit 0
fi

# What a page weighs, and what comes with the first press; texts apart.
bad=
for page in "$site"/[0-9][0-9]_*.html; do
    name=$(basename "$page" .html)
    weight=$(cat "$page" "$site"/*.css "$site/script.js" "$site/run.js" | gzip -9 | wc -c)
    [ "$weight" -le 133120 ] || bad="${bad:-$name: $((weight)) bytes}"
    weight=$(cat "$site/$name.run.js" "$site/plot.run.js" "$site/$name.figures.js" | gzip -9 | wc -c)
    [ "$weight" -le 122880 ] || bad="${bad:-$name: $((weight)) bytes come with the first press}"
done
verdict 'pages and programs weigh little' "$bad"

browser=
for name in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
    if command -v "$name" > /dev/null 2>&1; then
        browser=$name
        break
    fi
done
if [ -z "$browser" ]; then
    echo '# no chromium here: running in the page was not tried'
    exit 0
fi

# ------------------------------------------------------------------ in a browser
room=$(mktemp -d "$(pwd)/build/run.XXXXXX")
trap 'rm -rf "$room" build/run/check-*.js' EXIT
trap 'exit 130' INT TERM
driver=$room/browser
${CC:-cc} -D_GNU_SOURCE -O1 tests/proof/browser.c -o "$driver" || exit 1
here=$(pwd | sed 's/ /%20/g')

drive() # lines of the driver on standard input
{
    "$driver" 150 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --disable-background-networking --disable-component-update --disable-sync --disable-extensions \
        --no-first-run --no-default-browser-check --user-data-dir="$room/user" --remote-debugging-pipe \
        2> "$room/log"
}

page() # name
{
    echo "Page.navigate {\"url\": \"file://$here/$site/$1.html\"}"
    echo "@ tests/proof/run.js"
    echo "? test.loaded()"
}

width() # pixels
{
    echo "Emulation.setDeviceMetricsOverride {\"width\": $1, \"height\": 740, \"deviceScaleFactor\": 1, \"mobile\": false}"
}

key() # name, code of the key
{
    echo "Input.dispatchKeyEvent {\"type\": \"keyDown\", \"key\": \"$1\", \"code\": \"$1\", \"windowsVirtualKeyCode\": $2${3:-}}"
    echo "Input.dispatchKeyEvent {\"type\": \"keyUp\", \"key\": \"$1\", \"code\": \"$1\", \"windowsVirtualKeyCode\": $2}"
}

# The settings to run with: others than those of the print, and soon done.
chosen() # name
{
    case $1 in
    01_lookup) echo 'sentence=a cat saw the dog the dog ran|row=0|value=inf|vocab=20000' ;;
    02_init) echo 'seed=7|rows=3|columns=9|std=0.5|width=64' ;;
    03_trainer) echo 'passes=0.01|pair=dog jumps|steps=20|seed=8' ;;
    04_positions) echo 'seeds=1|order=3|mask=1|base=2|distance=5' ;;
    05_heads) echo 'passes=0.01|turn=45|loudness=-2|word=frank' ;;
    esac
}

# What a program said, as it stands in boxes: without what was measured, and without empty lines.
bare()
{
    sed -e 's/~[^ )]*/~/g' -e 's/  */ /g' -e 's/ $//' -e '/^$/d'
}

# Sections of the second file that the first has.
sections_of()
{
    awk 'NR == FNR { if (/^== /) known[$0] = 1; next } /^== / { on = $0 in known } on' "$1" "$2"
}

# Runs the program on this machine and keeps what it says, and its pictures.
ask_program() # name, settings
{
    name=$1
    mkdir -p "$room/$name"
    (
        IFS='|'
        # shellcheck disable=SC2086
        set -- $2
        FIGURES="$room/$name" "$BUILD/solution/$name" "$@" < /dev/null > "$room/$name.native" 2> /dev/null
    )
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

# The lines with which the page is asked for the same.
ask_page() # name, settings
{
    page "$1"
    echo "? test.run({$(echo "$2" | sed 's/\([^=|]*\)=\([^|]*\)/"\1": "\2"/g; s/|/, /g')})"
    echo "? '<< $1'"
    echo "? test.boxes()"
    echo "? '>> $1'"
    echo "? test.prose('$1')"
    echo "? test.figures('$1')"
    echo "? test.pointers('$1')"
}

compare() # name, settings
{
    sed -n "/^<< $1\$/,/^>> $1\$/p" "$room/said.txt" | sed '1d; $d' | bare > "$room/$1.page"
    sections_of "$room/$1.page" "$room/$1.native" | bare > "$room/$1.wanted"
    bad=$(diff "$room/$1.wanted" "$room/$1.page" | grep '^[<>]' | head -n 4 | tr '\n' ';')
    [ -s "$room/$1.page" ] || bad="the page shows nothing"
    verdict "$1: the page says what the program says${2:+ ($2)}" "$bad"
}

names=
for file in "$site"/[0-9][0-9]_*.run.js; do
    names="$names $(basename "$file" .run.js)"
done
for name in $names; do ask_program "$name" "$(chosen "$name")" & done
wait

# Everything in one browser.
{
    width 1280
    page 01_lookup
    echo "? '<before'"
    echo requests
    echo "? '>before'"
    for name in $names; do ask_page "$name" "$(chosen "$name")"; done
    page 02_init
    echo "? test.asPrinted('02_init', 'Random rows', 'width')"
    page 01_lookup
    echo "? test.asPrinted('01_lookup', 'Equal in algebra, not in bits', 'row')"
    echo "? test.typing('01_lookup')"
    echo "? test.wrong('01_lookup')"
    page 01_lookup
    echo "? test.back('01_lookup')"
    for name in $names; do
        grep -q '^::: predict' "chapters/$name.c" || continue
        page "$name"
        echo "? test.guess('$name')"
    done
    page 01_lookup
    echo "? test.kept('01_lookup')"
    echo "? test.noMachine('01_lookup')"
    page 03_trainer
    echo "? test.text('03_trainer')"
    page 04_positions
    echo "? test.near('04_positions', 'The score sees the distance only', 'base', '2', 'Say again the token three back')"
    echo "? test.stop('04_positions')"
    width 360
    for name in $names; do
        page "$name"
        echo "? test.narrow('$name')"
    done

    # With the keyboard alone: to the bar, its settings, the first field; and a run.
    width 1280
    page 01_lookup
    tabs=0
    while [ $((tabs += 1)) -le 15 ]; do
        echo "? test.atSettings() || 'tab'"
        key Tab 9
    done
} > "$room/script"
drive < "$room/script" > "$room/said.txt"
for name in $names; do compare "$name" "$(chosen "$name")"; done
sed -e '/^<before$/,/^>before$/d' -e '/^<< /,/^>> /d' "$room/said.txt" | grep '^not ok\|^ok\|^error\|^console' |
    sed 's/^console: /not ok pages say nothing on the console: /; s/^error: /not ok the browser can be driven: /'
bad=$(sed -n '/^<before$/,/^>before$/p' "$room/said.txt" | grep '\.run\.js$\|data\.js$\|figures\.js$\|blob:' | head -n 1)
verdict 'nothing is loaded before the reader asks' "$bad"

tabs=$(sed -n '/^tab$/p; /^here$/q' "$room/said.txt" | grep -c '^tab$')
{
    width 1280
    page 01_lookup
    while [ $((tabs -= 1)) -ge 0 ]; do key Tab 9; done
    key Enter 13 ', "text": "\\r"'
    key Tab 9
    echo "? (document.activeElement.select(), '')"
    echo 'Input.insertText {"text": "an owl an owl"}'
    key Enter 13 ', "text": "\\r"'
    echo "? new Promise(done => setTimeout(() => done(''), 300))"
    key Escape 27
    echo "? test.keys('01_lookup')"
    echo requests
} | drive > "$room/said.txt"
grep '^not ok\|^ok\|^error' "$room/said.txt" | sed 's/^error: /not ok the browser can be driven: /'
bad=$(grep '^[a-z]*:' "$room/said.txt" | grep -v "^file://$here/$site/\|^blob:null/" | head -n 1)
[ "$(grep -c '\.run\.js$' "$room/said.txt")" -eq 2 ] || bad="${bad:-the program was not asked for}"
verdict 'no request leaves the folder of the pages' "$bad"

# With no script there are all outputs, and nothing that would need one.
{
    width 1280
    echo 'Emulation.setScriptExecutionDisabled {"value": true}'
    echo "Page.navigate {\"url\": \"file://$here/$site/01_lookup.html\"}"
    tries=0
    while [ $((tries += 1)) -le 8 ]; do # nobody can say when the page is there
        echo 'wait 250'
        echo "! Runtime.evaluate {\"returnByValue\": true, \"expression\": \"[document.querySelectorAll('.output samp').length, document.querySelectorAll('.runbar, .fields, .guess, main input').length, document.querySelectorAll('details.answer').length].join(' ')\"}"
    done
} | drive > "$room/said.txt"
bad=
grep -q '"value":"[1-9][0-9]* 0 [1-9]' "$room/said.txt" || bad=$(tail -n 1 "$room/said.txt")
verdict 'with scripts off the page is whole, and nothing on it is dead' "$bad"
