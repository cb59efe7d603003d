#!/bin/sh
# Finds words that a newcomer has to decode, and names the usual term: those of TensorFlow, BLAS, Jupyter and
# Rust. Chapters and submissions are not searched. Exits with 1 if there is one.
#
# A line of the list: an extended regular expression, a tab, the usual term. Words stand as whole words, in any case; a
# name in code such as `carry_back` or `CarryBack` is found too.
set -eu
cd "$(dirname "$0")/.."
found=0
while IFS='	' read -r pattern usual; do
    case $pattern in '' | '#'*) continue ;; esac
    lines=$(git grep -nIiE "(^|[^[:alnum:]])($pattern)([^[:alnum:]]|\$)" -- src grader/src grader/harness grader/wire \
        grader/benches grader/tests/'*.rs' workbook/src workbook/course workbook/tests benches tests examples) || continue
    printf '%s\n' "$lines" | while IFS= read -r line; do
        printf '%s: error: say %s\n' "$(printf '%s' "$line" | cut -d: -f1,2)" "$usual"
        printf '    %s\n' "$(printf '%s' "$line" | cut -d: -f3- | sed 's/^ *//')"
    done
    found=1
done <<'END'
seats?	worker index
tenants?	occupants
thaw(s|ed)?	unfreeze
untrained	non-trainable
gated	fused relu backward
carry_back|carries back	backpropagate
pinned	must be materialised
borne	tolerated
tame[ds]?	sanitize
plays?|played|playing	run, execute
stamps?|stamped	fingerprint, digest
hears?|heard	reads, receives
the .*.s ear	reader, receiver
someone who|somebody who computes	name the role
nobody knows	say what is not known to whom
filters? turned around	rotated by 180°
cells of a filter|filter.s cells?	taps
lines? of the cache	cache line
asks for lines	prefetch
first-level cache	L1 cache
second-level cache	L2 cache
third-level cache	L3 cache
nothing here (knows|computes|decides)	say which module does
hangs? together	are connected
END
if [ "$found" -ne 0 ]; then
    echo "words: found words that a newcomer has to decode; use the terms above" >&2
    exit 1
fi
