#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 6 -s 3 -o a.st
ok $? "a dataset is written"
seg-synth -n 6 -s 3 | cmp -s - a.st
ok $? "the same seed gives the same bytes"
seg-synth -n 6 -s 4 | seg-diff -q - a.st
is $? 1 "another seed gives other bytes"

seg-synth -n 2 -s 3 >1.st
seg-synth -n 4 --first 2 -s 3 >2.st
seg-cat 1.st 2.st | seg-diff -q - a.st
ok $? "shards joined give the whole"

seg-synth -n 6 -s 3 --domain b >b.st
seg-diff -q -i image a.st b.st
ok $? "--domain changes nothing but the image"
seg-diff -q a.st b.st
is $? 1 "--domain changes the image"

is "$(seg-synth -n 1 --size 40x30 | seg-info -l | cut -f 2-)" \
    "synth/00000	image [30,40,3] u8, label [30,40] u8" "size and key are as given"
is "$(seg-info --meta seg.classes a.st | sort -u | tr '\t' ' ')" \
    "ground wall window sign disc ring hatch rail" "the record has class names"
like "$(seg-info a.st)" "seg-synth [0-9.]+ -n 6 -s 3" "the record has a history"
is "$(seg-synth -n 0 | seg-cat --expect 0 | seg-info -l)" "" \
    "-n 0 makes a stream of 0 records"

status_is 64 "an image too small is refused" seg-synth --size 8
status_is 64 "an unknown domain is refused" seg-synth --domain c
status_is 64 "an operand is refused" seg-synth a.st
seg-synth -n 2 >/dev/full 2>.err
is $? 74 "a full device is noticed"
status_is 73 "an output in a missing directory is refused" \
    seg-synth -n 1 -o no/such/place
done_testing
