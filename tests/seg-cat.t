#!/usr/bin/env bash
# seg-cat: streams end to end, counted and checked.
. "$(dirname "$0")/lib.sh"

seg-synth -n 3 -s 1 -o a.st
seg-synth -n 4 -s 1 --first 3 -o b.st
seg-synth -n 7 -s 1 -o all.st

status_is 0 "two files" seg-cat a.st b.st -o ab.st
seg-diff ab.st all.st
ok $? "are the records of both, in order"
is "$(seg-info ab.st | sed -n 's/^history *//p')" \
    "seg-synth 0.1.0 -n 3 -s 1
seg-synth 0.1.0 -n 4 -s 1 --first 3
seg-cat 0.1.0 a.st b.st" "histories are joined, ours at the end"
cat a.st b.st | seg-cat >piped.st
seg-diff ab.st piped.st
ok $? "from a pipe the same"
is "$(cat a.st a.st a.st | seg-cat -q | seg-info | grep -c ^history)" 2 \
    "one history of equal parts"
(head -c 100 a.st; sleep 0.1; tail -c +101 a.st) | seg-cat >slow.st
same slow.st <(seg-cat <a.st) "a slow pipe"
seg-cat ab.st >one.st
seg-cat ab.st >two.st
same one.st two.st "equal work, equal bytes"
seg-cat - <a.st >dash.st
seg-diff dash.st a.st
ok $? "- is stdin"

status_is 0 "--expect with the right number" seg-cat --expect 7 a.st b.st
status_is 65 "--expect with another" seg-cat --expect 8 a.st b.st -o eight.st
like "$(cat .err)" "7 records came, 8 expected" "which is told"
[ ! -e eight.st ]
ok $? "and no file"
seg-cat --expect 8 a.st b.st >lacks.st 2>.err
status_is 65 "on a pipe no END" seg-info lacks.st
seg-cat --expect 7 a.st b.st >n.st
same n.st ab.st "--expect has no part in the result"
seg-pick --invert --from 1 a.st -o none.st
status_is 0 "no records are a stream too" seg-cat --expect 0 none.st none.st

# What a file of somebody else looks like: other order, spaces in the header.
printf '\x60\0\0\0\0\0\0\0%-96s%s' \
    '{"w": {"data_offsets": [0, 8], "shape": [2], "dtype": "F32"}, "__metadata__": {"by": "hand"}}' \
    '12345678' >plain.safetensors
status_is 0 "a plain file" seg-cat plain.safetensors a.st --expect 4 -o mixed.st
is "$(seg-info -l mixed.st | head -n 1)" "1		w [2] f32" "is a record"
is "$(seg-info --meta by mixed.st)" hand "with its metadata"
is "$(perl "$root/tests/tensor.pl" mixed.st w)" 12345678 "and its bytes"

# And back: one record that fills its file, for readers that know no streams.
seg-pick --to 1 a.st >one.st
status_is 0 "a plain file is written" seg-cat --plain -o one.safetensors one.st
perl -0777 -ne 'my $n = unpack "Q<"; my $h = substr $_, 8, $n; my $end = 0;
    $end = $1 > $end ? $1 : $end while $h =~ /data_offsets":\[\d+,(\d+)/g;
    exit !(length == 8 + $n + $end && $h !~ /seg\.(version|end)/)' one.safetensors
ok $? "of one record and nothing else"
seg-cat one.safetensors | seg-diff -q - one.st
ok $? "that is read again"
for records in "0 seg-synth -n 0" "2 seg-synth -n 2 --size 16"; do
    status_is 65 "not of ${records%% *} records" \
        seg-cat --plain -o no.safetensors <(${records#* })
    like "$(cat .err)" "no.safetensors.*one record" "is told"
    [ ! -e no.safetensors ]
    ok $? "and nothing is written"
done
status_is 64 "nor to standard output" seg-cat --plain one.st

# Our files, read by a parser that knows only what safetensors are.
cat >parse.pl <<'END'
use strict;
local $/;
my $b = <STDIN>;
my $at = 0;
while ($at < length $b) {
    my $n = unpack "Q<", substr $b, $at, 8;
    my $h = substr $b, $at + 8, $n;
    die "no object" unless $h =~ /^\{"__metadata__":\{/ && $n % 8 == 0;
    my $end = 0;
    while ($h =~ /"([^"]+)":\{"dtype":"(\w+)","shape":\[([\d,]*)\],"data_offsets":\[(\d+),(\d+)\]\}/g) {
        my ($name, $type, $shape, $from, $to) = ($1, $2, $3, $4, $5);
        my $size = {U8 => 1, F32 => 4}->{$type};
        $size *= $_ for split /,/, $shape;
        die "$name begins at $from, not $end" unless $from == $end;
        die "$name has not $size bytes" unless $to - $from == $size;
        $end = $to;
        print "$name $type $shape ",
            unpack("%32C*", substr $b, $at + 8 + $n + $from, $size), "\n";
    }
    $at += 8 + $n + $end;
}
print $at == length $b ? "whole\n" : "cut\n";
END
sum()
{
    perl "$root/tests/tensor.pl" a.st "$1" | perl -0777 -ne 'print unpack "%32C*"'
}
perl parse.pl <a.st >parsed
is "$(sed -n '1,2p;$p' parsed)" "image U8 96,96,3 $(sum image)
label U8 96,96 $(sum label)
whole" "an independent parser reads our files"

keeps_contract "seg-cat" a.st seg-cat
done_testing
