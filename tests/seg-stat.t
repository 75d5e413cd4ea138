#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# record KEY LABELS IMAGE: 2x3, one band, from digits; 9 in LABELS is 255
record()
{
    local head n
    head='{"__metadata__":{"seg.key":"'$1'","seg.ignore":"255",'
    head+='"seg.classes":"sky\troad\tcar"},'
    head+='"label":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]},'
    head+='"image":{"dtype":"U8","shape":[2,3,1],"data_offsets":[6,12]}}'
    n=${#head}
    printf "$(printf '\\x%02x\\x%02x\\0\\0\\0\\0\\0\\0' $((n % 256)) $((n / 256)))"
    printf '%s' "$head"
    printf "$(sed 's/9/\\xff/g; s/[0-8]/\\x0&/g' <<<"$2$3")"
}
record a 000119 123456 >a.plain
record b 000000 222222 >b.plain
seg-cat a.plain >a.st
seg-cat b.plain >b.st

golden="#	index	name	pixels	images	present	share	inverse	median	effective
class	0	sky	9	2	11	0.818182	0.611111	0.744444	0.363637
class	1	road	2	1	5	0.181818	2.75	1.52273	1.63636
class	2	car	0	0	0	0	0	0	0
ignored	255	-	1	1
#	index	name	pixels	mean	sd	min	max	sum	squares
band	0	-	12	2.75	1.42156018	1	6	33	115
images	2"
is "$(seg-stat a.st b.st)" "$golden" "the table is equal to a computation by hand"
is "$(cat a.st b.st | seg-stat)" "$golden" "a pipe gives the same table"
seg-stat a.st >a.tsv
seg-stat b.st >b.tsv
is "$(seg-stat --merge a.tsv b.tsv)" "$golden" \
    "--merge: tables of shards add up to the table of all"
is "$(cat a.tsv | seg-stat --merge)" "$(cat a.tsv)" "--merge of one table is that table"

seg-synth -n 7 --size 33x21 -s 2 >all.st
seg-stat all.st >whole.tsv
for part in 1-2 3-3 4-7; do
    seg-pick --from ${part%-*} --to ${part#*-} all.st | seg-stat >$part.tsv
done
seg-stat --merge 4-7.tsv 1-2.tsv 3-3.tsv | cmp -s - whole.tsv
ok $? "--merge in any order gives the same bytes"

# ---- percentiles, and floats ----

tab=$'\t'
plain() { "$root/tests/record.pl" "seg.key=$1" "${@:2}" | seg-cat; }
plain a image=U8:1,10,1:0,1,2,3,4,5,6,7,8,250 >ten.st
is "$(seg-stat -p 50,2,99.5 ten.st | grep percentile)" "percentile${tab}0${tab}-${tab}50${tab}4.5
percentile${tab}0${tab}-${tab}2${tab}0.18
percentile${tab}0${tab}-${tab}99.5${tab}239.11" "percentiles between values"
is "$(seg-stat -p 50 ten.st | grep levels)" \
    "levels${tab}0${tab}-${tab}0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 250:1" \
        "-p: the levels are written"
is "$(seg-stat -p 50 ten.st | grep -v 'percentile\|levels')" "$(seg-stat ten.st)" \
    "-p: the rest of the table is unchanged"
seg-stat -p 50 ten.st >ten.tsv
is "$(seg-stat --merge -p 25 ten.tsv | grep percentile)" \
    "percentile${tab}0${tab}-${tab}25${tab}2.25" \
        "--merge -p: other percentiles are computed from a table"
seg-stat ten.st >bare.tsv
status_is 65 "--merge -p: a table without levels is refused" \
    seg-stat --merge -p 25 ten.tsv bare.tsv
like "$(cat .err)" "bare.tsv: no levels" "--merge -p: the table without levels is named"
for bad in x 1, 101 -1 1,,2; do
    status_is 64 "-p $bad is refused" seg-stat -p $bad ten.st
done

# floats over forty powers of ten, half of them below 0
perl -e 'srand 7; for my $k (0 .. 11) {
    print join(",", map { sprintf "%.9g", (rand() - .5) * 10 ** (rand(40) - 20) }
        1 .. 60), "\n" }' >floats
k=0
while read -r numbers; do
    plain $k image=F32:5,6,2:$numbers >f$k.st
    seg-stat -p 0.5,50 f$k.st >f$k.tsv
    k=$((k + 1))
done <floats
cat f?.st f??.st >floats.st
seg-stat -p 0.5,50 floats.st >floats.tsv
like "$(grep ^band floats.tsv)" '-?0x[0-9a-f]+p-?[0-9]+.*0x[0-9a-f]+p' \
    "sums are written exactly"
seg-stat --merge -p 0.5,50 f9.tsv f1.tsv f11.tsv f3.tsv f0.tsv f2.tsv f4.tsv f10.tsv \
    f7.tsv f8.tsv f6.tsv f5.tsv | cmp -s - floats.tsv
ok $? "--merge: tables of floats in any order give the same bytes"
seg-stat --merge -p 0.5,50 f[0-4].tsv >low.tsv
seg-stat --merge -p 0.5,50 f[5-9].tsv f1?.tsv | seg-stat --merge -p 0.5,50 - low.tsv |
    cmp -s - floats.tsv
ok $? "--merge: sums of sums give the same bytes"
perl -ne 'BEGIN { $s = $q = $n = 0 } for (split /,/) { next if $i++ % 2;
        my $v = unpack "f", pack "f", $_; $n++; $s += $v; $q += $v * $v }
    END { printf "%.6e %.6e\n", $s / $n, sqrt($q / $n - ($s / $n) ** 2) }' floats >want
is "$(awk -F'\t' '$1 == "band" && $2 == 0 { printf "%.6e %.6e\n", $5, $6 }' floats.tsv)" \
    "$(cat want)" "mean and deviation of floats are right"
sed 's/0:1 1:1/1:1 0:1/' ten.tsv >order.tsv
status_is 65 "--merge: levels out of order are refused" seg-stat --merge -p 1 order.tsv
for way in "" -; do
    status_is 65 "--merge $way: levels out of order on a pipe are refused" \
        seg-stat --merge -p 1 $way < <(cat order.tsv)
    like "$(<.err)" "^seg-stat: stdin:[0-9]+: no ascending value:count: 0:1" \
        "--merge $way: the message names standard input"
done
sed 's/250:1/250:0/' ten.tsv >none.tsv
status_is 65 "--merge: a level with count 0 is refused" seg-stat --merge -p 1 none.tsv
sed 's/^levels.0/levels\t1/' ten.tsv >band.tsv
status_is 65 "--merge: levels of an unknown band are refused" \
    seg-stat --merge -p 1 band.tsv
keeps_contract "seg-stat -p" all.st seg-stat -p 1,99

status_is 65 "a stream of 0 records is refused" seg-stat <(seg-synth -n 0)
like "$(cat .err)" "no records: there is nothing to count" \
    "the message about 0 records is clear"
status_is 65 "streams of other classes are refused" seg-stat a.st all.st
like "$(cat .err)" "bands|class 0 is ground, sky in those before" \
    "the other classes are named"
head -n 3 a.tsv >cut.tsv
status_is 65 "--merge: a cut table is refused" seg-stat --merge cut.tsv
like "$(cat .err)" "cut.tsv:3: the table ends without images" \
    "--merge: the end of the cut table is named"
status_is 65 "--merge: a text that is no table is refused" \
    seg-stat --merge "$root/LICENSE"
status_is 66 "--merge: a missing table is refused" seg-stat --merge no.tsv

# --format json: each line of the table is an object of its kind
seg-stat -q -p 0.5,99.5 all.st >whole.tsv
status_is 0 "--format json succeeds" seg-stat -q -p 0.5,99.5 --format json all.st -o whole.json
perl -MJSON::PP -e 'local $/; my $doc = decode_json(<STDIN>); my @title;
    sub shown { my $x = shift // "-"; $x =~ s/^(\d+\.\d*?)0+$/$1/; $x }
    for (split /\n/, $ARGV[0]) {
        my ($kind, @field) = split /\t/;
        if ($kind eq "#") { @title = @field; next }
        my @key = $kind eq "percentile" ? qw(index name percentile value)
            : $kind eq "levels" ? qw(index name levels)
            : $kind eq "ignored" ? qw(index name pixels images) : @title;
        my $row = @field == 1 ? {$key[0] => $doc->{$kind}} : shift @{$doc->{$kind}};
        for my $i (0 .. $#field) {
            my $seen = shown($row->{$key[$i]});
            print "$kind $key[$i]: $seen, not $field[$i]\n"
                unless $seen eq $field[$i] || $seen =~ /^[\d.e+-]+$/ && $seen == $field[$i];
        }
    }' "$(cat whole.tsv)" <whole.json >wrong
is "$(cat wrong)" "" "--format json has the numbers and names of the table"
perl -MJSON::PP -e 'local $/; print join " ", sort keys %{decode_json(<STDIN>)}' <whole.json >kinds
is "$(cat kinds)" "band class ignored images levels percentile" "--format json has all kinds"
status_is 64 "another format is refused" seg-stat -f xml all.st
keeps_contract seg-stat all.st seg-stat
done_testing
