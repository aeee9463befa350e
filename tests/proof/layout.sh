#!/bin/sh
# Every C file is laid out as .clang-format says. Prints "ok NAME", "not ok NAME: why" and
# "left out: what".
set -u
LC_ALL=C
export LC_ALL
claim="C files are laid out as .clang-format says"
if ! command -v clang-format >/dev/null 2>&1; then
    echo "ok $claim, or nobody looked"
    echo "left out: clang-format is not here, and the layout of C files was not looked at"
    exit 0
fi
odd=$(clang-format --dry-run -Werror chapters/*.c solutions/*.c docs/loom/*.c tests/*.[ch] \
    tests/*/*.[ch] 2>&1 | sed -n 's/^\([^: ]*:[0-9]*\):[0-9]*: error:.*/\1/p' |
    awk -F: '!seen[$1]++')
if [ -z "$odd" ]; then
    echo "ok $claim"
fi
for place in $odd; do
    echo "not ok $claim: $place is not (clang-format -i ${place%:*} mends it)"
done
