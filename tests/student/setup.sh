#!/bin/sh
# What is here and what is missing: sh tests/student/setup.sh doctor | setup | criterion | wasm
# shellcheck disable=SC2086  # lists of words are split on purpose
set -u
LC_ALL=C
export LC_ALL

say()
{
    printf '%s\n' "$*" | awk -f tests/student/plain.awk
}

die()
{
    say "$1" >&2
    exit "${2:-1}"
}

commas()
{
    echo "$*" | sed 's/ /, /g'
}

# What compiles and links Criterion, or nothing if it is not here.
criterion_flags()
{
    case ${CRITERION-unset} in
    no) return 0 ;;
    unset | '') ;;
    *) printf '%s\n' "$CRITERION"; return 0 ;;
    esac
    if pkg-config --exists criterion 2>/dev/null; then
        pkg-config --cflags --libs criterion | tr '\n' ' '
        return 0
    fi
    for prefix in '' /opt/homebrew /usr/local /home/linuxbrew/.linuxbrew; do
        flags=-lcriterion
        [ -z "$prefix" ] || flags="-I$prefix/include -L$prefix/lib -lcriterion"
        if [ -z "$prefix" ] || [ -f "$prefix/include/criterion/criterion.h" ]; then
            if echo '#include <criterion/criterion.h>' |
                ${CC:-cc} $flags -E -x c - >/dev/null 2>&1; then
                printf '%s\n' "$flags"
                return 0
            fi
        fi
    done
}

browser()
{
    for program in ${CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if command -v "$program" >/dev/null 2>&1; then
            printf '%s\n' "$program"
            return 0
        fi
    done
    return 1
}

# What compiles and links for WebAssembly, or nothing: clang, its linker, a C library, and the few
# functions that the compiler itself calls.
wasm_compiler()
{
    room=$(mktemp -d "${TMPDIR:-/tmp}/wasm.XXXXXX") || return 0
    printf '#include <stdio.h>\nint main(void) { puts("yes"); return 0; }\n' >"$room/try.c"
    for clang in ${WASM_CC:-clang /opt/homebrew/opt/llvm/bin/clang /usr/local/opt/llvm/bin/clang \
        /home/linuxbrew/.linuxbrew/opt/llvm/bin/clang}; do
        command -v "$clang" >/dev/null 2>&1 || continue
        for root in '' /usr/share/wasi-sysroot /usr/wasm32-wasi /opt/homebrew/share/wasi-sysroot \
            /usr/local/share/wasi-sysroot /home/linuxbrew/.linuxbrew/share/wasi-sysroot; do
            [ -z "$root" ] || [ -d "$root" ] || continue
            try="$clang --target=wasm32-wasi${root:+ --sysroot=$root}"
            if $try "$room/try.c" -o "$room/try.wasm" >/dev/null 2>&1; then
                printf '%s\n' "$try"
                break 2
            fi
        done
    done
    rm -rf "$room"
}

compiles() # is there a compiler, and a C library to go with it?
{
    compiler=${CC:-cc} # "ccache gcc" is one, too
    command -v "${compiler%% *}" >/dev/null 2>&1 &&
        echo '#include <stdio.h>' | ${CC:-cc} -E -x c - >/dev/null 2>&1
}

here() # item
{
    case $1 in
    cc) compiles ;;
    make) command -v make >/dev/null 2>&1 ;;
    pandoc) command -v pandoc >/dev/null 2>&1 ;;
    Criterion) [ -n "$(CRITERION='' criterion_flags)" ] ;;
    chromium) browser >/dev/null ;;
    clang-format) command -v clang-format >/dev/null 2>&1 ;;
    wasm) [ -n "$(wasm_compiler)" ] ;;
    esac
}

purpose() # item: what is missed without it
{
    case $1 in
    cc) echo "nothing can be built without a C compiler" ;;
    make) echo "it runs every command" ;;
    pandoc) echo "make docs needs it; chapters and exercises do not" ;;
    Criterion) echo "make check needs it; make chapterN runs, and checks nothing" ;;
    chromium) echo "only BROWSER=1 make test uses it, to open the pages" ;;
    clang-format) echo "only make test uses it, and says so" ;;
    wasm) echo "the pages of make docs are complete, and do not run" ;;
    esac
}

version_of() # item
{
    case $1 in
    cc) ${CC:-cc} --version 2>/dev/null | head -n 1 ;;
    make) make --version 2>/dev/null | head -n 1 ;;
    pandoc) pandoc --version 2>/dev/null | head -n 1 ;;
    Criterion) pkg-config --modversion criterion 2>/dev/null || echo "version unknown" ;;
    chromium) "$(browser)" --version 2>/dev/null | head -n 1 ;;
    clang-format) clang-format --version 2>/dev/null | head -n 1 ;;
    wasm) $(wasm_compiler) --version 2>/dev/null | head -n 1 ;;
    esac
}

doctor()
{
    missing=
    for item in cc make pandoc Criterion chromium wasm; do
        if here "$item"; then
            printf '%-10s ok       %.60s\n' "$item" "$(version_of "$item")"
        else
            printf '%-10s missing  %s\n' "$item" "$(purpose "$item")"
            case $item in chromium | wasm) ;; *) missing="$missing $item" ;; esac
        fi
    done
    case $(uname -s) in
    Linux)
        if grep -q '^Seccomp:' /proc/self/status 2>/dev/null; then
            printf '%-10s ok       %s\n' isolation "your code is tested in a process of its own, behind seccomp"
        elif [ -r /proc/self/status ]; then
            printf '%-10s partial  %s\n' isolation "your code is tested in a process of its own, no seccomp"
        else
            printf '%-10s unknown  %s\n' isolation "your code is tested in a process of its own, perhaps behind seccomp (no /proc to ask)"
        fi
        ;;
    *) printf '%-10s partial  %s\n' isolation "your code is tested in a process of its own; no seccomp" ;;
    esac
    printf '%-10s %s, %s processors\n' machine "$(uname -sm)" \
        "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo some)"
    if [ -n "$missing" ]; then
        say "Next: make setup installs what is missing ($(commas $missing))."
    else
        echo "All that the course needs is here."
    fi
}

package_of() # manager, item
{
    case $1-$2 in
    apt-get-cc) echo "gcc libc6-dev" ;;
    apt-get-Criterion) echo libcriterion-dev ;;
    apt-get-wasm) echo "clang lld wasi-libc libclang-rt-dev-wasm32" ;;
    dnf-cc) echo "gcc glibc-devel" ;;
    dnf-Criterion) echo "criterion-devel" ;;
    dnf-clang-format) echo clang-tools-extra ;;
    dnf-wasm) echo "clang lld wasi-libc-devel wasi-libc-static" ;;
    pacman-cc) echo gcc ;;
    pacman-pandoc) echo pandoc-cli ;;
    pacman-Criterion) echo criterion ;;
    pacman-clang-format) echo clang ;;
    pacman-wasm) echo "clang lld wasi-libc wasi-compiler-rt" ;;
    brew-cc) echo gcc ;;
    brew-Criterion) echo criterion ;;
    brew-chromium) echo "--cask google-chrome" ;;
    brew-wasm) echo "llvm lld wasi-libc wasi-runtimes" ;;
    *) echo "$2" ;;
    esac
}

as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        echo "installing packages needs root, and there is no sudo here" >&2
        return 1
    fi
}

refreshed=
install_with() # manager, packages...
{
    manager=$1
    shift
    case $manager in
    apt-get)
        if [ -z "$refreshed" ]; then
            as_root apt-get -qq update </dev/null || return 1
            refreshed=yes
        fi
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
            install "$@" </dev/null
        ;;
    dnf) as_root dnf -q -y install "$@" </dev/null ;;
    pacman)
        as_root pacman -S --noconfirm --needed "$@" </dev/null ||
            as_root pacman -Sy --noconfirm --needed "$@" </dev/null
        ;;
    brew) brew install -q "$@" </dev/null ;;
    esac
}

setup()
{
    items="cc make pandoc Criterion wasm"
    # (desktops say by that name which browser is theirs)
    [ "${BROWSER:-}" != 1 ] || items="$items chromium"
    [ -z "${DEV:-}" ] || items="$items clang-format"
    missing=
    for item in $items; do
        here "$item" || missing="$missing $item"
    done
    if [ -z "$missing" ]; then
        echo "setup: nothing is missing ($(commas $items))"
        return 0
    fi
    manager=
    for known in apt-get dnf pacman brew; do
        if command -v "$known" >/dev/null 2>&1; then
            manager=$known
            break
        fi
    done
    [ -n "$manager" ] || [ "$missing" != " wasm" ] || { echo "setup: wasm is missing: $(purpose wasm)"; return 0; }
    [ -n "$manager" ] || die "setup: missing: $(commas ${missing% wasm}); none of apt-get, dnf, pacman, brew is here to install them."
    log=$(mktemp "${TMPDIR:-/tmp}/setup.XXXXXX") || exit 1
    trap 'rm -f "$log"' EXIT
    failed=0
    for item in $items; do
        if here "$item"; then
            echo "setup: $item is here ($(version_of "$item"))"
            continue
        fi
        packages=$(package_of "$manager" "$item")
        echo "setup: installing $item ($manager: $packages)"
        if install_with "$manager" $packages >"$log" 2>&1 && here "$item"; then
            echo "setup: $item installed ($(version_of "$item"))"
        else
            [ "$item" = wasm ] || failed=1 # all else works without
            tail -n 5 "$log" | sed 's/^/    /'
            echo "setup: $item could not be installed with $manager: $(purpose "$item")"
        fi
    done
    return "$failed"
}

case ${1:-} in
doctor | setup) "$1" ;;
criterion) criterion_flags ;;
wasm) wasm_compiler ;;
browser) browser ;;
*) die "Usage: sh tests/student/setup.sh doctor | setup | criterion | wasm | browser" 2 ;;
esac
