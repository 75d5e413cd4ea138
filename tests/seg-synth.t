#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 6 -s 3 -o a.st
ok $? "makes a dataset"
seg-synth -n 6 -s 3 | cmp -s - a.st
ok $? "the same bytes for the same seed"
seg-synth -n 6 -s 4 | seg-diff -q - a.st
is $? 1 "others for another"

seg-synth -n 2 -s 3 >1.st
seg-synth -n 4 --first 2 -s 3 >2.st
seg-cat 1.st 2.st | seg-diff -q - a.st
ok $? "shards end to end are the whole"

seg-synth -n 6 -s 3 --domain b >b.st
seg-diff -q -i image a.st b.st
ok $? "domains differ in the image alone"
seg-diff -q a.st b.st
is $? 1 "in which they do"

is "$(seg-synth -n 1 --size 40x30 | seg-info -l | cut -f 2-)" \
    "synth/00000	image [30,40,3] u8, label [30,40] u8" "size and key"
is "$(seg-info --meta seg.classes a.st | sort -u | tr '\t' ' ')" \
    "ground wall window sign disc ring hatch rail" "classes"
like "$(seg-info a.st)" "seg-synth [0-9.]+ -n 6 -s 3" "history"
is "$(seg-synth -n 0 | seg-cat --expect 0 | seg-info -l)" "" "none is a legal number"

status_is 64 "too small an image" seg-synth --size 8
status_is 64 "no such domain" seg-synth --domain c
status_is 64 "no operand" seg-synth a.st
seg-synth -n 2 >/dev/full 2>.err
is $? 74 "notices a full device"
status_is 73 "cannot create" seg-synth -n 1 -o no/such/place
done_testing
