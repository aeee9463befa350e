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
    [ "$weight" -le 130000 ] || bad="${bad:-$name: $((weight)) bytes}"
    weight=$(cat "$site/$name.run.js" "$site/plot.run.js" "$site/$name.figures.js" | gzip -9 | wc -c)
    [ "$weight" -le 120000 ] || bad="${bad:-$name: $((weight)) bytes come with the first press}"
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
trap 'rm -rf "$room" build/run/check.js' EXIT
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

compare() # name, settings
{
    name=$1
    mkdir -p "$room/figures"
    rm -f "$room"/figures/*
    (
        IFS='|'
        # shellcheck disable=SC2086
        set -- $2
        FIGURES="$room/figures" "$BUILD/solution/$name" "$@" < /dev/null > "$room/native.txt" 2> /dev/null
    )
    {
        printf 'hand("../run/check", {'
        for data in "$room"/figures/*.tsv; do
            grep -q '^# measured: yes' "$data" && continue
            [ -e "$data" ] || continue
            build/plot "$data" "${data%.tsv}.svg"
            printf '"%s": "%s", ' "$(basename "$data" .tsv)" "$(gzip -9 -n < "${data%.tsv}.svg" | base64 | tr -d '\n')"
        done
        echo '});'
    } > build/run/check.js
    values=$(echo "$2" | sed 's/\([^=|]*\)=\([^|]*\)/"\1": "\2"/g; s/|/, /g')
    {
        page "$name"
        echo "? test.run({$values})"
        echo "? '<<'"
        echo "? test.boxes()"
        echo "? '>>'"
        echo "? test.prose('$name')"
        [ ! -s build/run/check.js ] || grep -q '": "' build/run/check.js && echo "? test.figures('$name')"
        echo "? test.pointers('$name')"
    } | drive > "$room/said.txt"
    sed -n '/^<<$/,/^>>$/p' "$room/said.txt" | sed '/^<<$/d; /^>>$/d' | bare > "$room/page.txt"
    sections_of "$room/page.txt" "$room/native.txt" | bare > "$room/wanted.txt"
    bad=$(diff "$room/wanted.txt" "$room/page.txt" | grep '^[<>]' | head -n 4 | tr '\n' ';')
    [ -s "$room/page.txt" ] || bad="the page shows nothing: $(head -n 3 "$room/said.txt" | tr '\n' ' ')"
    verdict "$name: the page says what the program says ($2)" "$bad"
    sed '/^<<$/,/^>>$/d' "$room/said.txt" | grep -v '^$'
}

for file in "$site"/[0-9][0-9]_*.run.js; do
    name=$(basename "$file" .run.js)
    compare "$name" "$(chosen "$name")"
done

# The first chapter with all its settings as printed, and everything that a reader can do.
{
    width 1280
    page 01_lookup
    echo "? '<before'"
    echo requests
    echo "? '>before'"
    echo "? test.run()"
    echo "? '<<'"
    echo "? test.boxes()"
    echo "? '>>'"
    echo "? test.nothingChanged('01_lookup')"
    page 02_init
    echo "? test.run()"
    echo "? test.nothingChanged('02_init')"
    page 01_lookup
    echo "? test.typing('01_lookup')"
    echo "? test.wrong('01_lookup')"
    page 01_lookup
    echo "? test.back('01_lookup')"
    for file in chapters/[0-9][0-9]_*.c; do
        grep -q '^::: predict' "$file" || continue
        page "$(basename "$file" .c)"
        echo "? test.guess('$(basename "$file" .c)')"
    done
    page 01_lookup
    echo "? test.kept('01_lookup')"
    page 01_lookup
    echo "? test.noMachine('01_lookup')"
    page 05_heads
    echo "? test.text('05_heads')"
    page 04_positions
    echo "? test.stop('04_positions')"
    width 360
    page 01_lookup
    echo "? test.narrow('01_lookup')"
    page 05_heads
    echo "? test.narrow('05_heads')"
    width 1280
    page 01_lookup
    tabs=0
    while [ $((tabs += 1)) -le 12 ]; do
        echo "? test.atGo() || 'tab'"
        key Tab 9
    done
} > "$room/script"
drive < "$room/script" > "$room/said.txt"
sed -e '/^<before$/,/^>before$/d' -e '/^<<$/,/^>>$/d' "$room/said.txt" | grep '^not ok\|^ok\|^error\|^console' | sed 's/^console/not ok pages say nothing on the console/; s/^error/not ok the browser could be driven/'
bad=$(sed -n '/^<before$/,/^>before$/p' "$room/said.txt" | grep 'run.js$\|data.js\|figures.js\|blob:' | grep -v '/run.js$')
verdict 'nothing is loaded before the reader asks' "$bad"

# With the keyboard alone: to the bar, its settings, the first field; and a run.
tabs=$(sed -n '/^tab$/p; /^here$/q' "$room/said.txt" | grep -c '^tab$')
{
    width 1280
    page 01_lookup
    while [ $((tabs -= 1)) -ge 0 ]; do key Tab 9; done
    key Tab 9
    key Enter 13 ', "text": "\r"'
    echo "? test.focused()"
    key Tab 9
    echo "? (document.activeElement.select(), '')"
    echo 'Input.insertText {"text": "an owl an owl"}'
    key Enter 13 ', "text": "\r"'
    echo "? new Promise(done => setTimeout(() => done(''), 300))"
    key Escape 27
    echo "? test.keys('01_lookup')"
    echo requests
    echo "? document.title"
} | drive > "$room/said.txt"
grep '^not ok\|^ok\|^error' "$room/said.txt"
bad=$(grep '^[a-z]*:' "$room/said.txt" | grep -v "^file://$here/$site/\|^blob:null/" | head -n 1)
verdict 'no request leaves the folder of the pages' "$bad"

# With no script there are all outputs, and nothing that would need one.
{
    width 1280
    echo 'Emulation.setScriptExecutionDisabled {"value": true}'
    echo "Page.navigate {\"url\": \"file://$here/$site/01_lookup.html\"}"
    echo "! Runtime.evaluate {\"returnByValue\": true, \"expression\": \"[document.querySelectorAll('.output samp').length, document.querySelectorAll('.runbar, .fields, .guess, input').length, document.querySelectorAll('details.answer').length].join(' ')\"}"
} | drive > "$room/said.txt"
bad=
grep -q '"value":"[1-9][0-9]* 0 [1-9]' "$room/said.txt" || bad=$(tail -n 1 "$room/said.txt")
verdict 'with scripts off the page is whole, and nothing on it is dead' "$bad"
