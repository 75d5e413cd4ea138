#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# record KEY LABELS IMAGE: 2x3, one band, from digits; 9 stands for 255
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

golden="#	index	name	pixels	images	present	share	inverse	median
class	0	sky	9	2	11	0.818182	0.611111	0.744444
class	1	road	2	1	5	0.181818	2.75	1.52273
class	2	car	0	0	0	0	0	0
ignored	255	-	1	1
#	index	name	pixels	mean	sd	min	max	sum	squares
band	0	-	12	2.75	1.42156018	1	6	33	115
images	2"
is "$(seg-stat a.st b.st)" "$golden" "the table worked out by hand"
is "$(cat a.st b.st | seg-stat)" "$golden" "of a pipe"
seg-stat a.st >a.tsv
seg-stat b.st >b.tsv
is "$(seg-stat --merge a.tsv b.tsv)" "$golden" "tables of parts add up to it"
is "$(cat a.tsv | seg-stat --merge)" "$(cat a.tsv)" "one table is its own sum"

seg-synth -n 7 --size 33x21 -s 2 >all.st
seg-stat all.st >whole.tsv
for part in 1-2 3-3 4-7; do
    seg-pick --from ${part%-*} --to ${part#*-} all.st | seg-stat >$part.tsv
done
seg-stat --merge 4-7.tsv 1-2.tsv 3-3.tsv | cmp -s - whole.tsv
ok $? "in any order, digit by digit"

is "$(seg-synth -n 0 | seg-stat | tail -n 1)" "images	0" "nothing is counted too"
status_is 65 "other classes" seg-stat a.st all.st
like "$(cat .err)" "bands|class 0 is ground, sky in those before" "are named"
head -n 3 a.tsv >cut.tsv
status_is 65 "a table cut" seg-stat --merge cut.tsv
like "$(cat .err)" "cut.tsv:3: the table ends without images" "is named"
status_is 65 "no table at all" seg-stat --merge "$root/LICENSE"
status_is 66 "no such table" seg-stat --merge no.tsv
keeps_contract seg-stat all.st seg-stat
done_testing
