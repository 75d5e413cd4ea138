#!/usr/bin/env bash
# seg-post: corrections of predicted classes.
. "$(dirname "$0")/lib.sh"

tensor() { "$root/tests/tensor.pl" "$@"; }

# A prediction of 6 x 5 pixels: an object with a hole, and two specks.
printf 'P2 6 5 2\n%s\n' \
    '0 0 0 0 0 0  0 1 1 1 0 2  0 1 0 1 0 0  0 1 1 1 0 0  0 0 0 0 0 1' >p.pgm
printf '0\t0\tback\n1\t1\tobject\n2\t2\tspeck\n' >map.tsv
printf 'p\tp.pgm\tp.pgm\n' >list.tsv
seg-import -q -M map.tsv list.tsv | seg-pick --rename label=pred -o p.st
keeps_contract seg-post p.st seg-post -q --min-size 2

# pred ARGS: the corrected classes, a row a word
pred()
{
    seg-post -q "$@" p.st | seg-pick --keep pred -o got.st
    tensor got.st pred | od -An -v -tu1 -w6 | tr -d ' ' | xargs
}
is "$(pred --majority 1)" "000000 001000 011100 001000 000000" \
    "--majority: corners, specks and the hole change"
is "$(pred --min-size 2)" "000000 011100 011100 011100 000000" \
    "--min-size: specks and a small hole take the class around them"
is "$(pred --max-hole 1)" "000000 011102 011100 011100 000001" \
    "--max-hole: the hole is filled, the specks stay"
is "$(pred --largest)" "000000 011102 010100 011100 000000" \
    "--largest: the smaller component of class 1 goes"
is "$(pred --largest --background 1)" "000000 011102 011100 011100 000001" \
    "--background: class 0 is an object then, and the hole its second component"
seg-post -q --instances p.st | seg-pick --keep instance -o got.st
is "$(tensor got.st instance | od -An -v -tu4 -w24 | tr -d ' ' | xargs)" \
    "000000 011102 010100 011100 000003" "--instances: objects are numbered"
is "$(pred --min-size 2 --largest)" "000000 011100 011100 011100 000000" \
    "two steps follow each other"
seg-post --min-size 2 p.st 2>err >/dev/null
is "$(cat err)" "seg-post: small components: 3 of 30 pixels changed" \
    "the number of changed pixels is reported"

seg-synth -n 2 -s 1 --size 16x24 -o scenes.st
status_is 64 "no step is wrong use" seg-post p.st
status_is 65 "a record without pred is bad data" seg-post --largest scenes.st
like "$(cat "$dir/.err")" "synth/00000: no tensor pred" \
    "a record without pred: the message names it"
seg-pick --rename image=pred --drop label scenes.st -o rgb.st
status_is 65 "pred with three channels is bad data" seg-post --largest rgb.st
like "$(cat "$dir/.err")" "pred is \[24,16,3\] u8, not \[H,W\] u8" \
    "pred with three channels: the message gives its shape"
status_is 71 "a memory limit is kept" \
    seg-post --mem-limit 1K --min-size 2 -o no.st p.st
[ ! -e no.st ]
ok $? "a memory limit: no output is left"
seg-post -q --majority 1 --min-size 4 --max-hole 9 --largest --instances \
    -o one.st p.st
OMP_NUM_THREADS=2 seg-post -q --majority 1 --min-size 4 --max-hole 9 --largest \
    --instances p.st | seg-diff -q one.st -
ok $? "two runs give the same bytes"
done_testing
