#!/usr/bin/env bash
# seg-diff: what differs is found and told; what does not is not.
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

status_is 0 "the same" seg-diff a.st same.st
[ ! -s .out ]
ok $? "says nothing"
status_is 0 "a stream and stdin" bash -c 'seg-diff a.st - <same.st'
seg-cat a.st -o hashed.st
status_is 0 "hashes and history do not count" seg-diff a.st hashed.st
status_is 1 "unless asked for" seg-diff --history a.st hashed.st
status_is 1 "another value" seg-diff a.st value.st
is "$(cat .out)" \
    "record 1 a: x: 1 of 6 numbers differ, by 1 at most; the first at [1,1]: 1 and 2" \
    "is told with its place"
status_is 1 "with too small a tolerance" seg-diff --tolerance 0.5 a.st value.st
status_is 0 "with a tolerance" seg-diff --tolerance 1 a.st value.st
status_is 1 "the last bit" seg-diff a.st near.st
status_is 0 "or nearly the same" seg-diff --tolerance 1e-6 a.st near.st
status_is 1 "nan of other bits, -0" seg-diff odd.st odd2.st
status_is 0 "are equal with a tolerance" seg-diff --tolerance 1e-9 odd.st odd2.st
status_is 1 "nan and infinity are not 1 and 2" seg-diff --tolerance 1e9 odd.st a.st
status_is 1 "another key" seg-diff a.st key.st
is "$(cat .out)" "record 1 a: seg.key: a and b" "is told"
status_is 0 "keys ignored" seg-diff -i seg.key a.st key.st
status_is 0 "tensors ignored" seg-diff -i x a.st value.st
status_is 1 "quiet" seg-diff -q a.st value.st
[ ! -s .out ]
ok $? "says nothing"
cat a.st a.st >twice.st
status_is 1 "more records" seg-diff a.st twice.st
is "$(cat .out)" "1 and 2 records" "are counted"
seg-pick --rename x=y a.st >name.st
status_is 1 "another name" seg-diff a.st name.st
is "$(cat .out)" "record 1 a: x: only in the first
record 1 a: y: only in the second" "on both sides"
sed 's/\[2,3\]/[3,2]/' a.st >shape.st
status_is 1 "another shape" seg-diff a.st shape.st
is "$(cat .out)" "record 1 a: x: [2,3] f32 and [3,2] f32" "is told"
sed 's/F32/I32/' a.st >type.st
status_is 1 "another type" seg-diff a.st type.st
is "$(cat .out)" "record 1 a: x: [2,3] f32 and [2,3] i32" "is told"
status_is 64 "one file" seg-diff a.st
status_is 66 "no such file" seg-diff a.st nobody.st
status_is 65 "nothing is not a stream" seg-diff a.st /dev/null
bad=
for at in $(seq 1 $(($(stat -c %s twice.st) - 1))); do
    [ "$at" = "$(stat -c %s a.st)" ] && continue # which is a stream
    head -c "$at" twice.st >cut.st
    seg-diff -q value.st cut.st 2>.err
    [ $? = 65 ] || bad+=" $at"
done
is "$bad" "" "a stream cut at any byte is no difference, but an error"
status_is 74 "differences into a full device" seg-diff a.st value.st -o /dev/full
done_testing
