#!/usr/bin/env bash
# seg-diff: differences are found and shown.
. "$(dirname "$0")/lib.sh"

# record KEY HEX: a stream of one record, tensor x [2,3] f32 of 24 bytes
record()
{
    perl -e 'my ($key, $bytes) = ($ARGV[0], pack "H*", $ARGV[1]);
        sub put { my $h = shift; $h .= " " x (-length($h) % 8);
            print pack("Q<", length $h), $h, @_ }
        put(qq({"__metadata__":{"seg.version":"1","seg.key":"$key"},) .
            qq("x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}), $bytes);
        put(q({"__metadata__":{"seg.version":"1","seg.end":"1","seg.records":"1"}}))' \
        "$1" "$2"
}
one=0000803f two=00000040 nan=0000c07f nan2=0100c07f inf=0000807f zero=00000000
minus=00000080 near=0100803f
record a $one$two$one$two$one$two >a.st
record a $one$two$one$two$one$two >same.st
record b $one$two$one$two$one$two >key.st
record a $one$two$one$two$two$two >value.st
record a $near$two$one$two$one$two >near.st
record a $nan$inf$zero$zero$zero$zero >odd.st
record a $nan2$inf$minus$zero$zero$zero >odd2.st

status_is 0 "equal streams end with 0" seg-diff a.st same.st
[ ! -s .out ]
ok $? "equal streams have no output"
status_is 0 "a file and standard input are compared" bash -c 'seg-diff a.st - <same.st'
seg-cat a.st -o hashed.st
status_is 0 "hashes and histories are not compared" seg-diff a.st hashed.st
status_is 1 "--history: histories are compared" seg-diff --history a.st hashed.st
status_is 1 "another value ends with 1" seg-diff a.st value.st
is "$(cat .out)" \
    "record 1 a: x: 1 of 6 numbers differ, by 1 at most; the first at [1,1]: 1 and 2" \
    "another value is shown with its tensor and index"
status_is 1 "a difference above the tolerance ends with 1" seg-diff --tolerance 0.5 a.st value.st
status_is 0 "a difference within the tolerance ends with 0" seg-diff --tolerance 1 a.st value.st
status_is 1 "a difference in the last bit ends with 1" seg-diff a.st near.st
status_is 0 "a difference in the last bit is within the tolerance 1e-6" \
    seg-diff --tolerance 1e-6 a.st near.st
status_is 1 "nan of other bits and -0 end with 1" seg-diff odd.st odd2.st
status_is 0 "nan of other bits and -0 are equal with a tolerance" \
    seg-diff --tolerance 1e-9 odd.st odd2.st
status_is 1 "nan and infinity are not 1 and 2" seg-diff --tolerance 1e9 odd.st a.st
status_is 1 "another key ends with 1" seg-diff a.st key.st
is "$(cat .out)" "record 1 a: seg.key: a and b" "both keys are shown"
status_is 0 "-i: metadata are left out" seg-diff -i seg.key a.st key.st
status_is 0 "-i: tensors are left out" seg-diff -i x a.st value.st
status_is 1 "-q: a difference ends with 1" seg-diff -q a.st value.st
[ ! -s .out ]
ok $? "-q: there is no output"
cat a.st a.st >twice.st
status_is 1 "another number of records ends with 1" seg-diff a.st twice.st
is "$(cat .out)" "1 and 2 records" "both numbers of records are shown"
seg-pick --rename x=y a.st >name.st
status_is 1 "another name of a tensor ends with 1" seg-diff a.st name.st
is "$(cat .out)" "record 1 a: x: only in the first
record 1 a: y: only in the second" \
    "a tensor is shown as missing in the first and in the second"
sed 's/\[2,3\]/[3,2]/' a.st >shape.st
status_is 1 "another shape ends with 1" seg-diff a.st shape.st
is "$(cat .out)" "record 1 a: x: [2,3] f32 and [3,2] f32" "both shapes are shown"
sed 's/F32/I32/' a.st >type.st
status_is 1 "another type ends with 1" seg-diff a.st type.st
is "$(cat .out)" "record 1 a: x: [2,3] f32 and [2,3] i32" "both types are shown"
status_is 64 "one file is refused" seg-diff a.st
status_is 66 "a missing file is refused" seg-diff a.st nobody.st
status_is 65 "an empty file is refused" seg-diff a.st /dev/null
bad=
for at in $(seq 1 $(($(stat -c %s twice.st) - 1))); do
    [ "$at" = "$(stat -c %s a.st)" ] && continue # which is a stream
    head -c "$at" twice.st >cut.st
    seg-diff -q value.st cut.st 2>.err
    [ $? = 65 ] || bad+=" $at"
done
is "$bad" "" "a stream cut at any byte is an error and no difference"
status_is 74 "a full device is noticed" seg-diff a.st value.st -o /dev/full
done_testing
