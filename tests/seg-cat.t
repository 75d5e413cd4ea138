#!/usr/bin/env bash
# seg-cat: streams are joined, counted and checked.
. "$(dirname "$0")/lib.sh"

seg-synth -n 3 -s 1 -o a.st
seg-synth -n 4 -s 1 --first 3 -o b.st
seg-synth -n 7 -s 1 -o all.st

status_is 0 "two files are accepted" seg-cat a.st b.st -o ab.st
seg-diff ab.st all.st
ok $? "the output has the records of both files, in order"
is "$(seg-info ab.st | sed -n 's/^history *//p')" \
    "seg-synth 0.1.0 -n 3 -s 1
seg-synth 0.1.0 -n 4 -s 1 --first 3
seg-cat 0.1.0 a.st b.st" "histories are joined, with that of seg-cat at the end"
cat a.st b.st | seg-cat >piped.st
seg-diff ab.st piped.st
ok $? "files joined by cat and read from a pipe give the same"
is "$(cat a.st a.st a.st | seg-cat -q | seg-info | grep -c ^history)" 2 \
    "equal histories are written once"
(head -c 100 a.st; sleep 0.1; tail -c +101 a.st) | seg-cat >slow.st
same slow.st <(seg-cat <a.st) "a slow pipe gives the same bytes"
seg-cat ab.st >one.st
seg-cat ab.st >two.st
same one.st two.st "the same command gives the same bytes"
seg-cat - <a.st >dash.st
seg-diff dash.st a.st
ok $? "- reads standard input"

status_is 0 "--expect accepts the right number of records" seg-cat --expect 7 a.st b.st
status_is 65 "--expect refuses a wrong number of records" seg-cat --expect 8 a.st b.st -o eight.st
like "$(cat .err)" "7 records came, 8 expected" "--expect: both numbers are in the message"
[ ! -e eight.st ]
ok $? "--expect: a wrong number leaves no file"
seg-cat --expect 8 a.st b.st >lacks.st 2>.err
status_is 65 "--expect: a wrong number on a pipe leaves a stream without END" \
    seg-info lacks.st
seg-cat --expect 7 a.st b.st >n.st
same n.st ab.st "--expect does not change the output"
seg-pick --invert --from 1 a.st -o none.st
status_is 0 "a stream of 0 records is accepted" seg-cat --expect 0 none.st none.st

# A safetensors file of another program: another order, spaces in the header.
printf '\x60\0\0\0\0\0\0\0%-96s%s' \
    '{"w": {"data_offsets": [0, 8], "shape": [2], "dtype": "F32"}, "__metadata__": {"by": "hand"}}' \
    '12345678' >plain.safetensors
status_is 0 "a plain safetensors file is accepted" \
    seg-cat plain.safetensors a.st --expect 4 -o mixed.st
is "$(seg-info -l mixed.st | head -n 1)" "1		w [2] f32" \
    "a plain file becomes one record"
is "$(seg-info --meta by mixed.st)" hand "a plain file keeps its metadata"
is "$(perl "$root/tests/tensor.pl" mixed.st w)" 12345678 "a plain file keeps its values"

# --plain: one record that fills its file, for readers of safetensors.
seg-pick --to 1 a.st >one.st
status_is 0 "--plain accepts one record" seg-cat --plain -o one.safetensors one.st
perl -0777 -ne 'my $n = unpack "Q<"; my $h = substr $_, 8, $n; my $end = 0;
    $end = $1 > $end ? $1 : $end while $h =~ /data_offsets":\[\d+,(\d+)/g;
    exit !(length == 8 + $n + $end && $h !~ /seg\.(version|end)/)' one.safetensors
ok $? "--plain writes that record and nothing else"
seg-cat one.safetensors | seg-diff -q - one.st
ok $? "the output of --plain is read again"
for records in "0 seg-synth -n 0" "2 seg-synth -n 2 --size 16"; do
    status_is 65 "--plain refuses ${records%% *} records" \
        seg-cat --plain -o no.safetensors <(${records#* })
    like "$(cat .err)" "no.safetensors.*one record" \
        "--plain: the message about ${records%% *} records names the file"
    [ ! -e no.safetensors ]
    ok $? "--plain: nothing is written of ${records%% *} records"
done
status_is 64 "--plain refuses standard output" seg-cat --plain one.st

# A stream is read by an independent parser of safetensors.
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
whole" "an independent safetensors parser reads a stream"

keeps_contract "seg-cat" a.st seg-cat
done_testing
