#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# blob HEADER: the header after its length
blob()
{
    local n=${#1}
    printf "$(printf '\\x%02x\\x%02x\\0\\0\\0\\0\\0\\0' $((n % 256)) $((n / 256)))"
    printf '%s' "$1"
}

# record KEY LABELS PREDS [SHAPE [META]]: label and pred, 2x3 by default, from
# digits, in which 9 is 255; META is more metadata, with a comma at its end
record()
{
    local head size=${#2}
    head='{"__metadata__":{'${5:-}'"seg.key":"'$1'","seg.ignore":"255",'
    head+='"seg.classes":"sky\troad\tcar\tpole"},'
    head+='"label":{"dtype":"U8","shape":['${4:-2,3}'],'
    head+='"data_offsets":[0,'$size']},'
    head+='"pred":{"dtype":"U8","shape":['${4:-2,3}'],'
    head+='"data_offsets":['$size,$((2 * size))']}}'
    blob "$head"
    printf "$(sed 's/9/\\xff/g; s/[0-8]/\\x0&/g' <<<"$2$3")"
}

record a 001129 001111 >a.plain
record b 222000 212001 >b.plain
seg-cat a.plain b.plain >both.st
seg-cat a.plain >a.st
seg-cat b.plain >b.st

# By hand: the rows of labels are sky, road, car; a: sky 2 of 2, road 2 of 2, car->road, one
# ignored; b: car 2 of 3 (one road), sky 2 of 3 (one road).
status_is 0 "a stream is scored" seg-score --per-image images.tsv \
    --matrix both.tsv both.st
golden="class	iou	dice	precision	recall	truth	predicted
sky	0.800000	0.888889	1.000000	0.800000	5	4
road	0.400000	0.571429	0.400000	1.000000	2	5
car	0.500000	0.666667	1.000000	0.500000	4	2
pole	-	-	-	-	0	0

metric	value
miou	0.566667
mdice	0.708995
macc	0.766667
accuracy	0.727273
fwiou	0.618182
classes	3
images	2
pixels	11
ignored	1"
is "$(cat .out)" "$golden" "the table is equal to a computation by hand"
like "$(cat .err)" "class pole is neither" "a class that is left out is named"
is "$(cat both.tsv)" "truth	sky	road	car	pole
sky	4	1	0	0
road	0	2	0	0
car	0	2	2	0
pole	0	0	0	0
ignored	1
images	2" "confusion matrix"
is "$(cat images.tsv)" "key	pixels	ignored	miou	mdice	accuracy	iou.sky	iou.road	iou.car	iou.pole	dice.sky	dice.road	dice.car	dice.pole
a	5	1	0.555556	0.600000	0.800000	1.000000	0.666667	0.000000	-	1.000000	0.800000	0.000000	-
b	6	0	0.444444	0.533333	0.666667	0.666667	0.000000	0.666667	-	0.800000	0.000000	0.800000	-" \
    "--per-image has a row for each image"

# Shards, any order and a pipe give the same table.
seg-score -q --matrix 1.tsv a.st >/dev/null
seg-score -q --matrix 2.tsv b.st >/dev/null
is "$(seg-score -q --merge 2.tsv 1.tsv --matrix merged.tsv)" "$golden" \
    "--merge of two matrices gives the same scores"
same merged.tsv both.tsv "--merge --matrix writes the sum of both"
is "$(cat b.st a.st | seg-score -q)" "$golden" \
    "the order of the records changes nothing"

# Labels from another stream, found by key.
record b 222000 000000 >b0.plain
record a 001129 000000 >a0.plain
seg-cat b0.plain a0.plain >truth.st
is "$(seg-score -q --truth truth.st both.st)" "$golden" \
    "--truth: labels are found by key"
status_is 65 "--truth: a label without a prediction is refused" \
    seg-score --truth truth.st a.st
like "$(cat .err)" "1 of 2 records have no counterpart, first b" \
    "--truth: the label without a prediction is named"
status_is 65 "--truth: a prediction without a label is refused" \
    seg-score --truth a.st b.st
like "$(cat .err)" "no record of key b" \
    "--truth: the prediction without a label is named"
status_is 65 "--truth: a key used twice is refused" seg-score --truth truth.st a.st a.st

# ---- conventions ----

# digits DIGIT TIMES...
digits()
{
    while [ $# -gt 0 ]; do
        printf "%${2}s" | tr ' ' "$1"
        shift 2
    done
}

# Two images of 100 pixels, four classes; car is predicted but in no label, pole is
# in neither.  Each convention gives another number.
record a "$(digits 0 65 1 35)" "$(digits 0 39 1 18 2 8 0 10 1 25)" 10,10 >a.plain
record b "$(digits 0 35 1 65)" "$(digits 0 35 1 55 2 10)" 10,10 >b.plain
seg-cat a.plain b.plain >toy.st

# miou ARGUMENTS...
miou()
{
    seg-score -q "$@" | sed -n 's/^miou\t//p'
}
is "$(miou toy.st | cut -c 1-6)" 0.4502 "-c mmseg, the default, is 45.02"
is "$(miou -c mmseg toy.st)" "$(miou toy.st)" "-c mmseg is the default"
is "$(miou -c detectron2 toy.st | cut -c 1-6)" 0.6753 "-c detectron2 is 67.53"
seg-score -c detectron2 toy.st 2>err >/dev/null
is "$(cat err)" "seg-score: class car is not in truth: left out of the means
seg-score: class pole is not in truth: left out of the means" "which it says"
is "$(printf %.4f "$(miou -c smp toy.st)")" 0.5877 "-c smp is 58.77"
is "$(printf %.4f "$(miou --absent zero toy.st)")" 0.3377 "--absent zero is 33.77"
is "$(miou -c voc toy.st)" "$(miou --absent zero toy.st)" "-c voc is --absent zero"
is "$(printf %.4f "$(miou --average image toy.st)")" 0.4730 "--average image is 47.30"
is "$(miou -c nnunet toy.st)" - "-c nnunet is nan"
is "$(printf %.4f "$(miou -c nnunet --absent skip toy.st)")" \
    "$(seg-score -q --per-image i.tsv toy.st >/dev/null
        awk -F'\t' 'NR > 1 { s += $8; t += $9 }
            END { printf "%.4f", (s / 2 + t / 2) / 2 }' i.tsv)" \
    "-c nnunet is the mean over images, then over classes without 0"
status_is 65 "--absent error: an absent class is refused" \
    seg-score --absent error toy.st
is "$(cat .err)" "seg-score: class pole is neither in truth nor predicted" \
    "--absent error: the absent class is named"
seg-score -q --matrix toy.tsv toy.st >/dev/null
is "$(miou -c smp --merge toy.tsv)" "$(miou -c smp toy.st)" \
    "-c applies to a merged matrix"
# Groups: the slices of a case are pooled.
grouped() { "$root/tests/record.pl" 'seg.classes=a\tb' "$@" | seg-cat; }
grouped seg.key=p1_1 label=U8:1,4:0,0,1,1 pred=U8:1,4:0,1,1,1 >p11.st
grouped seg.key=p1_2 label=U8:1,4:0,0,0,1 pred=U8:1,4:0,0,0,0 >p12.st
grouped seg.key=p2_1 label=U8:1,4:1,1,0,0 pred=U8:1,4:1,1,0,0 >p21.st
seg-score --group '*_*' --average image --background 0 --per-image cases.tsv \
    p11.st p12.st p21.st >grouped.tsv
is "$(cut -f 1 cases.tsv | xargs)" "key p1 p2" "--group: a row for each group"
is "$(awk '$1 == "mdice" { print $2 }' grouped.tsv)" 0.833333 \
    "--group --average image: the mean of 4/6 and 1"
is "$(seg-score --group '*_*' --background 0 p11.st p12.st p21.st)" \
    "$(seg-score --background 0 p11.st p12.st p21.st)" "--group: pooled scores are the same"
status_is 65 "--group: a key that does not match is refused" seg-score --group '*-*' p11.st
like "$(<.err)" "p1_1: the key does not match --group \*-\*" "--group: key and pattern are named"
status_is 64 "--group with --surface is refused" seg-score --group '*' --surface x p11.st
status_is 64 "--group without group is refused" seg-score --group p p11.st
status_is 64 "--group --merge is refused" seg-score --group '*' --merge toy.tsv

status_is 64 "--average image of a matrix is refused" \
    seg-score --average image --merge toy.tsv

# ---- volumes and surfaces ----

# slice INDEX LABELS PREDS [UNIT]: a slice of a volume of 3 x 2 x 2 voxels whose
# voxel sizes are 2, 1 and 3 units
slice()
{
    local at="axis=z index=$1 shape=3,2,2 spacing=9,9,9 unit=${4:-mm}"
    record "v@$1" "$2" "$3" 2,3 \
        '"seg.volume":"'"$at"' affine=0,1,0,5,2,0,0,5,0,0,-3,5 path=v.nii",'
}
# road: one voxel each, apart by a step of 2 and one of 3; car: in the label only,
# so its distance is the diagonal of 4, 1 and 3
slice 0 100002 000000 >0.plain
slice 1 000000 010000 >1.plain
seg-cat 0.plain 1.plain a.plain >vol.st
seg-score -q --surface surf.tsv --per-image cases.tsv --background 0 vol.st >vol
is "$(sed -n 1,3p surf.tsv)" "key	class	dice	iou	hd95	assd	nsd	unit	in
v	road	0.000000	0.000000	3.605551	3.605551	0.000000	mm	both
v	car	0.000000	0.000000	5.099020	5.099020	0.000000	mm	truth" \
    "--surface: distances are in mm, by the affine matrix"
is "$(cut -f 1,2 cases.tsv)" "key	pixels
v	12
a	100" "the slices of a volume are one case"
is "$(sed -n '4,5s/.*\t\([^\t]*\)$/\1/p' surf.tsv | sort -u)" "both
pred" "an image is measured as well"
is "$(awk '$1 == "a" { print $8 }' surf.tsv | sort -u)" px \
    "--surface: distances without a geometry are in pixels"
hd=$(awk '$2 == "road" { s += $5; n++ } END { printf "%.5f", s / n }' surf.tsv)
is "$(awk '$1 == "road" { printf "%.5f", $8 }' vol)" "$hd" \
    "--surface: means are over the cases"
is "$(awk '$1 == "car" { print $11 }' vol)" 2 "--surface: missed structures are counted"
like "$(cat vol)" "hd95	[0-9.]+
assd	[0-9.]+
nsd	[0-9.]+" "and over the classes"
seg-cat 1.plain 0.plain | seg-score -q --background 0 --surface back.tsv >/dev/null
is "$(cat back.tsv)" "$(head -n 3 surf.tsv)" "--surface: slices may be in any order"
slice 0 100002 000000 um >um0.plain
slice 1 000000 010000 um >um1.plain
seg-cat um0.plain um1.plain |
    seg-score -q --background 0 --surface um.tsv >/dev/null
is "$(sed -n 2p um.tsv | cut -f 5)" 0.003606 \
    "--surface: micrometers are converted to millimeters"
seg-score -q --background 0 --surface far.tsv --nsd-tolerance 3.7 vol.st >/dev/null
is "$(sed -n 2p far.tsv | cut -f 7)" 1.000000 "--surface: nsd is 1 within the tolerance"
seg-cat 0.plain >half.st
status_is 65 "--surface: a volume without a slice is refused" \
    seg-score --surface half.tsv half.st
is "$(cat .err)" "seg-score: v: slice 1 of 2 is missing" \
    "--surface: the missing slice is named"
[ ! -e half.tsv ]
ok $? "--surface: a missing slice leaves no table"
status_is 0 "without --surface a slice may be missing" seg-score half.st

# ---- outlines ----

seg-score -q --boundary toy.st >outlines
is "$(sed -n 1p outlines | cut -f 8-)" "boundary_iou	boundary_f" \
    "--boundary: the titles are added"
like "$(cat outlines)" "boundary_iou	0\.[0-9]+
boundary_f	0\.[0-9]+" "scores of outlines"
record same "$(digits 0 50 1 50)" "$(digits 0 50 1 50)" 10,10 >same.plain
is "$(seg-score -q --boundary same.plain | sed -n 's/^boundary_.*\t//p' | sort -u)" \
    1.000000 "--boundary: an equal outline scores 1"

# ---- probabilities ----

# Three pixels with labels 0 1 0, class 0 predicted with 3/4, 3/4 and 1: one of the
# first two is right, so the confidence of their bin is 1/4 too high.
three_quarters='\0\0\x40\x3f\0\0\x80\x3e'
head='{"__metadata__":{"seg.key":"p","seg.classes":"a\tb"},'
head+='"label":{"dtype":"U8","shape":[1,3],"data_offsets":[0,3]},'
head+='"pred":{"dtype":"U8","shape":[1,3],"data_offsets":[3,6]},'
head+='"probs":{"dtype":"F32","shape":[1,3,2],"data_offsets":[6,30]}}'
{
    blob "$head"
    printf "\0\1\0\0\0\0$three_quarters$three_quarters\0\0\x80\x3f\0\0\0\0"
} >probs.st
status_is 0 "--calibration is accepted" seg-score --calibration bins.tsv probs.st
like "$(cat .out)" "ece	0.166667
brier	0.416667
nll	0.557992" "as worked out by hand"
is "$(cat bins.tsv)" "low	high	pixels	confidence	accuracy
0.733333	0.800000	2	0.750000	0.500000
0.933333	1.000000	1	1.000000	1.000000" "the reliability table"
is "$(seg-score --calibration bins.tsv --bins 1 probs.st | sed -n 's/^ece\t//p')" \
    0.166667 "--bins 1: ece is that of one bin"
status_is 65 "--calibration without probabilities is refused" \
    seg-score --calibration none.tsv both.st
is "$(cat .err)" "seg-score: a: no tensor probs" \
    "--calibration: the missing tensor probs is named"
[ ! -e none.tsv ]
ok $? "--calibration without probabilities leaves no table"

# ---- memory ----

# peak FILE ARGUMENTS...: peak memory in KiB after all but the end of FILE was read
peak()
{
    local file=$1
    shift
    rm -f fifo
    mkfifo fifo
    seg-score -q "$@" fifo >/dev/null 2>&1 &
    {
        cat "$file" >&3
        sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$!/status"
    } 3>fifo
    wait $!
}
record m 001122 001121 >m.plain
seg-cat m.plain >many
for ((n = 1; n < 1024; n *= 2)); do
    cat many many >more
    mv more many
done
for ((n = 0; n < 98; n++)); do
    cat many
done >hundred
# (sanitizers keep freed memory)
if [ -r /proc/self/status ] && [[ $SEG_BUILD != */san ]]; then
    few=$(peak many) lots=$(peak hundred)
    note="$few KiB for 1024 images, $lots KiB for 100352"
    [ -n "$few" ] && [ "$lots" -le $((few + 512)) ]
    ok $? "memory does not grow with the stream: $note"
    few=$(peak many --boundary -r 100 --surface /dev/null)
    lots=$(peak <(head -c $(($(stat -c %s many) * 10)) hundred) \
        --boundary -r 100 --surface /dev/null)
    [ -n "$few" ] && [ "$lots" -le $((few + 512)) ]
    ok $? "memory does not grow with all scores: $few KiB and $lots KiB"
else
    skip "memory does not grow with the stream" "no /proc, or a build with sanitizers"
fi
status_is 71 "-r over --mem-limit is refused" \
    seg-score -r 1000000 --mem-limit 1M --surface none.tsv a.st
like "$(cat .err)" "limit 1048576" "-r: the limit is in the message"
seg-synth -q -n 1 --size 256x256 -s 1 | seg-pick --rename label=pred --drop image -o wide.st
seg-synth -q -n 1 --size 256x256 -s 1 | seg-pick --drop image -o truth.st
status_is 71 "--surface over --mem-limit is refused" \
    seg-score --mem-limit 300K --surface none.tsv --truth truth.st wide.st
[ ! -e none.tsv ]
ok $? "--surface over --mem-limit leaves no table"

# ---- intervals and the paired test ----

status_is 0 "-r is accepted" seg-score -q -r 200 -s 1 both.st
like "$(cat .out)" "interval	value	low	high
miou	0.566667	0\.[0-9]+	0\.[0-9]+" "of the metrics"
is "$(cat b.st a.st | seg-score -q -r 200 -s 1)" "$(cat .out)" \
    "-r: intervals do not depend on the order of the records"
[ "$(seg-score -q -r 200 -s 2 both.st)" != "$(cat .out)" ]
ok $? "-r: intervals depend on the seed"
seg-score -q --against both.st both.st >self
is "$(sed -n '/^paired/,$p' self | sed -n 2p)" \
    "miou	0.566667	0.566667	0.000000	0.000000	0.000000	1.000000" \
    "--against: a prediction does not differ from itself"
is "$(sed '/^$/,$d' self)" "$(sed '/^$/,$d' <<<"$golden")" \
    "--against: the scores are unchanged"
status_is 65 "--against: predictions of other records are refused" \
    seg-score --against a.st both.st
like "$(cat .err)" "no record of key b" "--against: the missing key is named"

# Bad values, sizes and streams.
record bad 000000 000400 >bad.st
record a 001129 001111 >a.plain
record b 222000 212001 >b.plain
status_is 65 "a prediction that is no class is refused" seg-score bad.st
is "$(cat .err)" \
    "seg-score: bad: tensor pred: value 4 at (x 0, y 1), expected 0 to 3" \
    "record, value and pixel are named"
is "$(cat .out)" "" "a refused prediction prints nothing"
sed 's/"sky\\troad/"sea\\troad/' b.plain >other.plain
seg-cat a.plain other.plain >mixed.st
status_is 65 "streams of different classes are refused" seg-score mixed.st
seg-score -q --matrix other.tsv other.plain >/dev/null
status_is 65 "--merge: matrices of different classes are refused" \
    seg-score --merge 1.tsv other.tsv
head -n 6 1.tsv >short.tsv
status_is 65 "--merge: a cut matrix is refused" seg-score --merge short.tsv
seg-cat </dev/null >none.st 2>/dev/null
seg-cat a.plain | head -c 0 >empty
status_is 65 "an empty file is refused" seg-score empty
status_is 66 "a missing file is refused" seg-score nowhere.st
status_is 64 "--merge with --truth is refused" seg-score --merge --truth a.st 1.tsv
status_is 64 "an unknown option is refused" seg-score --frobnicate

size=$(wc -c <both.st) wrong=0
for ((n = 0; n < size; n += 7)); do
    head -c $n both.st | seg-score -q -o cut.tsv --matrix cutm.tsv 2>/dev/null
    [ "${PIPESTATUS[1]}" = 65 ] && [ ! -e cut.tsv ] && [ ! -e cutm.tsv ] ||
        wrong=$((wrong + 1))
done
is $wrong 0 "a stream cut at each 7th byte is 65 without a file"
if [ -w /dev/full ]; then
    seg-score -q both.st >/dev/full 2>/dev/null
    is $? 74 "a full device is noticed"
fi

# ---- JSON ----

# tables: a document as the tables of --format tsv, whose titles are given
tables()
{
    perl -MJSON::PP -e 'local $/; my $doc = decode_json(<STDIN>);
        sub shown { $_[0] // "-" }
        for my $block (split /\n\n/, $ARGV[0]) {
            my ($head, @rows) = split /\n/, $block;
            my @title = split /\t/, $head;
            my $table = delete $doc->{$title[0]};
            print "$head\n";
            if (@title == 2) {
                for (@rows) {
                    my ($key) = split /\t/;
                    print "$key\t", shown(delete $table->{$key}), "\n";
                }
                print "more: $_\n" for keys %$table;
                next;
            }
            print join("\t", map { shown($table->[$_]{$title[0]}),
                map { shown($_) } @{$table->[$_]}{@title[1 .. $#title]} } $_), "\n"
                for 0 .. $#$table;
        }
        print "more: $_\n" for keys %$doc' "$1"
}
# numbers: without the zeros at the end of decimals
numbers()
{
    perl -pe 's/(\.\d*?)0+(?=\s|$)/$1/g; s/\.(?=\s|$)//g'
}
seg-synth -q -n 4 -s 2 --size 24x24 -o scenes.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 | tee m1.st |
    seg-predict -q -m /dev/stdin --emit labels,probs scenes.st -o one.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 2 |
    seg-predict -q -m /dev/stdin scenes.st -o two.st
for args in "" "--boundary --surface s.tsv --calibration c.tsv" "-r 20 --against two.st"; do
    tsv=$(seg-score -q $args one.st)
    status_is 0 "JSON: seg-score $args" seg-score -q $args --format json -o score.json one.st
    is "$(tables "$tsv" <score.json | grep -v '^$' | numbers)" \
        "$(grep -v '^$' <<<"$tsv" | numbers)" "the same as TSV: seg-score $args"
done
tsv=$(seg-score -q one.st)
like "$tsv" "	-" "a class that is absent has undefined scores"
seg-score -q -f json one.st | grep -q null
ok $? "undefined scores are null"
status_is 64 "another format is refused" seg-score -f xml one.st
done_testing
