#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# record KEY LABELS PREDS: a 2x3 picture from digits, 9 standing for 255
record()
{
    local head n
    head='{"__metadata__":{"seg.key":"'$1'","seg.ignore":"255",'
    head+='"seg.classes":"sky\troad\tcar\tpole"},'
    head+='"label":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]},'
    head+='"pred":{"dtype":"U8","shape":[2,3],"data_offsets":[6,12]}}'
    n=${#head}
    printf "$(printf '\\x%02x\\x%02x\\0\\0\\0\\0\\0\\0' $((n % 256)) $((n / 256)))"
    printf '%s' "$head"
    printf "$(sed 's/9/\\xff/g; s/[0-8]/\\x0&/g' <<<"$2$3")"
}

record a 001129 001111 >a.plain
record b 222000 212001 >b.plain
seg-cat a.plain b.plain >both.st
seg-cat a.plain >a.st
seg-cat b.plain >b.st

# By hand: truth rows sky road car; a: sky 2 of 2, road 2 of 2, car->road, one
# ignored; b: car 2 of 3 (one road), sky 2 of 3 (one road).
status_is 0 "scores a stream" seg-score --per-image images.tsv \
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
is "$(cat .out)" "$golden" "table as worked out by hand"
like "$(cat .err)" "class pole is neither" "a class that is left out is named"
is "$(cat both.tsv)" "truth	sky	road	car	pole
sky	4	1	0	0
road	0	2	0	0
car	0	2	2	0
pole	0	0	0	0
ignored	1
images	2" "confusion matrix"
is "$(cat images.tsv)" "key	pixels	ignored	miou	mdice	accuracy	iou.sky	iou.road	iou.car	iou.pole
a	5	1	0.555556	0.600000	0.800000	1.000000	0.666667	0.000000	-
b	6	0	0.444444	0.533333	0.666667	0.666667	0.000000	0.666667	-" \
    "one row a picture"

# Sharded and whole, in any order, through a pipe: the same table.
seg-score -q --matrix 1.tsv a.st >/dev/null
seg-score -q --matrix 2.tsv b.st >/dev/null
is "$(seg-score -q --merge 2.tsv 1.tsv --matrix merged.tsv)" "$golden" "merged"
same merged.tsv both.tsv "merged matrix is the whole one"
is "$(cat b.st a.st | seg-score -q)" "$golden" "order does not matter"

# Truth by key from another stream, in another order.
record b 222000 000000 >b0.plain
record a 001129 000000 >a0.plain
seg-cat b0.plain a0.plain >truth.st
is "$(seg-score -q --truth truth.st both.st)" "$golden" "truth matched by key"
status_is 65 "a truth nobody predicted" seg-score --truth truth.st a.st
like "$(cat .err)" "1 of 2 records have no counterpart, first b" "is named"
status_is 65 "a prediction without truth" seg-score --truth a.st b.st
like "$(cat .err)" "no record of key b" "is named too"
status_is 65 "one key twice" seg-score --truth truth.st a.st a.st

# Bad values, sizes and streams.
record bad 000000 000400 >bad.st
status_is 65 "a prediction of no class" seg-score bad.st
is "$(cat .err)" \
    "seg-score: bad: tensor pred: value 4 at (x 0, y 1), expected 0 to 3" \
    "names key, value and pixel"
is "$(cat .out)" "" "prints nothing"
sed 's/"sky\\troad/"sea\\troad/' b.plain >other.plain
seg-cat a.plain other.plain >mixed.st
status_is 65 "streams of different classes" seg-score mixed.st
seg-score -q --matrix other.tsv other.plain >/dev/null
status_is 65 "matrices of different classes" seg-score --merge 1.tsv other.tsv
head -n 6 1.tsv >short.tsv
status_is 65 "a matrix cut short" seg-score --merge short.tsv
seg-cat </dev/null >none.st 2>/dev/null
seg-cat a.plain | head -c 0 >empty
status_is 65 "nothing at all" seg-score empty
status_is 66 "no such file" seg-score nowhere.st
status_is 64 "--merge and --truth" seg-score --merge --truth a.st 1.tsv
status_is 64 "unknown option" seg-score --frobnicate

size=$(wc -c <both.st) wrong=0
for ((n = 0; n < size; n += 7)); do
    head -c $n both.st | seg-score -q -o cut.tsv --matrix cutm.tsv 2>/dev/null
    [ "${PIPESTATUS[1]}" = 65 ] && [ ! -e cut.tsv ] && [ ! -e cutm.tsv ] ||
        wrong=$((wrong + 1))
done
is $wrong 0 "cut at every 7th byte: 65 and no file"
if [ -w /dev/full ]; then
    seg-score -q both.st >/dev/full 2>/dev/null
    is $? 74 "a full device"
fi
done_testing
