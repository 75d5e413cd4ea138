#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 40 --size 32 -s 3 -o all.st
keys()
{
    seg-info -l "$@" | cut -f 2
}
keys all.st >all.keys

for how in "" --stratify; do
    for seed in 1 2 3; do
        bad= before=
        for n in 0 1 5 10 20 39 40; do
            seg-subset $how -n $n -s $seed all.st | keys >now
            [ "$(wc -l <now)" = $n ] || bad+=" $n"
            [ -z "$before" ] || [ -z "$(comm -23 before now)" ] || bad+=" $n<"
            cp now before
            before=1
        done
        is "$bad" "" "budgets ${how:-at random} with seed $seed are nested"
    done
done
seg-subset -n 10 -s 1 all.st | keys >one
seg-subset -n 10 -s 2 all.st | keys >two
! cmp -s one two
ok $? "another seed selects other records"
sort -c one
ok $? "the records keep their order"
seg-subset -n 10 -s 1 --rest all.st | keys | sort - one | cmp -s - all.keys
ok $? "a subset and its --rest are the whole"
seg-subset -n 10 -s 1 all.st | seg-diff -q - <(seg-pick --keys one all.st)
ok $? "records are unchanged"

# The selection does not depend on the order of the records.
seg-cat <(seg-pick --from 21 all.st) <(seg-pick --to 20 all.st) >turned.st
seg-subset -n 10 -s 1 turned.st | keys | sort | cmp -s - one
ok $? "the order of the input changes nothing"

is "$(seg-subset --share 0.25 all.st | keys | wc -l)" 10 "--share selects a share"
is "$(seg-subset --share 0.001 all.st | keys | wc -l)" 1 \
    "--share selects at least one record"
is "$(seg-subset --share 0 all.st | keys | wc -l)" 0 "--share 0 selects none"
is "$(seg-subset -n 4 --even all.st | keys | xargs)" \
    "synth/00000 synth/00010 synth/00020 synth/00030" \
        "--even selects evenly spaced records"

printf 'synth/00031\nsynth/00004\n' >list
is "$(seg-subset --keys list all.st | keys | xargs)" "synth/00004 synth/00031" \
    "--keys selects the keys of a list"
is "$(seg-subset --keys list --rest all.st | keys | wc -l)" 38 \
    "--keys --rest selects the other keys"
echo synth/99999 >>list
status_is 65 "--keys: a missing key is refused" seg-subset --keys list all.st
like "$(cat .err)" "list:3: synth/99999" "--keys: file, line and key are named"

# Groups: ten records each, whole and nested; the keys decide.
group="synth/(????)?"
seg-subset -n 2 -s 1 --group "$group" all.st | keys >two.keys
seg-subset -n 3 -s 1 --group "$group" all.st | keys >three.keys
is "$(sed 's/.$//' two.keys | uniq -c | awk '{ print $1 }' | xargs)" "10 10" \
    "--group: a budget counts groups, and takes them whole"
is "$(comm -23 two.keys three.keys)" "" "--group: budgets are nested"
seg-subset -n 2 -s 1 --group "$group" turned.st | keys | sort | cmp -s - two.keys
ok $? "--group: the order of the input changes nothing"
seg-subset -n 2 -s 1 --group "$group" --rest all.st | keys | sort - two.keys |
    cmp -s - all.keys
ok $? "--group: a subset and its --rest are the whole"
is "$(seg-subset --share 0.5 --group "$group" all.st | keys | wc -l)" 20 \
    "--group --share: a share of the groups"
is "$(seg-subset -n 2 --in-order --group "$group" turned.st | keys | sed 's/.$//' |
    uniq | xargs)" "synth/0002 synth/0003" "--in-order: the first groups of the input"
is "$(seg-subset -n 2 --in-order -s 7 all.st | keys | xargs)" \
    "synth/00000 synth/00001" "--in-order: the first records of the input"
printf '0001\n' >group.list
is "$(seg-subset --keys group.list --group "$group" all.st | keys | sed 's/.$//' | uniq -c |
    xargs)" "10 synth/0001" "--group --keys: lists have the names of groups"
is "$(seg-subset -n 4 --stratify --group "$group" all.st | keys | wc -l)" 40 \
    "--group --stratify"
status_is 65 "--group: too few groups are refused" \
    seg-subset -n 5 --group "$group" all.st
like "$(<.err)" "all.st: 4 items, 5 wanted" "--group: the number of groups is named"
status_is 65 "--group: a key that does not match is refused" \
    seg-subset -n 1 --group 'patient*_*' all.st
like "$(<.err)" "synth/00000: the key does not match --group patient\*_\*" \
    "--group: key and pattern are named"
for bad in synth '(*)(*)' ')*('; do
    status_is 64 "--group $bad is refused" seg-subset -n 1 --group "$bad" all.st
done
like "$(<.err)" "pattern \)\*\(: a \* expected, or one pair of \( \)" "the message says why"
status_is 64 "--group with --whole is refused" seg-subset -n 1 --whole --group '*' all.st
status_is 64 "--in-order with --even is refused" seg-subset -n 1 --in-order --even all.st

# Eight records have eight classes; by chance more would be needed.
is "$(seg-subset -n 8 --stratify all.st | seg-stat |
    awk '$1 == "class" && $4 == 0')" "" "strata hold every class"

# Patches, four of each image: all patches of a selected image are selected.
seg-sample --regular --crop 16 turned.st -o tiles.st
for how in "" --stratify; do
    seg-subset $how -n 10 -s 1 all.st | keys | sort >want
    seg-subset --whole $how -n 10 -s 1 tiles.st | keys | sort >now
    is "$(sed 's/@.*//' now | uniq -c)" "$(sed 's/^/      4 /' want)" \
        "--whole $how: all patches of the same images are selected"
done
is "$(seg-subset --whole --even -n 2 tiles.st | keys | xargs -n 4 | cut -d@ -f 1)" \
    "$(seg-subset --even -n 2 turned.st | keys)" \
        "--whole --even selects evenly spaced images"
head -n 2 list >two
is "$(seg-subset --whole --keys two --rest tiles.st | keys | wc -l)" 152 \
    "--whole --keys selects by image"
seg-cat <(seg-pick -k '*@0,*' tiles.st) <(seg-pick -k '*@16,*' tiles.st) >mixed.st
seg-subset --whole -n 10 -s 1 mixed.st | keys | sort | cmp -s - <(
    seg-subset --whole -n 10 -s 1 tiles.st | keys | sort)
ok $? "--whole: patches of an image may be apart"
status_is 65 "--whole: more images than there are are refused" \
    seg-subset --whole -n 41 tiles.st

# Blocks: two scenes of 6 x 4 tiles of 16 pixels, blocks of 32 pixels.
seg-synth -n 2 --size 96x64 -s 5 | seg-sample --regular --crop 16 -o map.st
block="seg-subset --block 32 -n 3 -s 1"
$block map.st -o test.st
# blocks of tiles, one on each line
blocks() { keys "$1" | awk -F'[@,]' '{ print $1, int($2 / 32), int($3 / 32) }' | sort; }
is "$(blocks test.st | uniq -c | awk '{ print $1 }' | xargs)" "4 4 4" \
    "--block: all tiles of a block are selected together"
# touching TILES TILES GAP: pairs of tiles, 16 x 16, at most GAP pixels apart
touching()
{
    keys "$1" | sed 's/[@,]/ /g' >touching.a
    keys "$2" | sed 's/[@,]/ /g' | awk -v gap="$3" '
        NR == FNR { k[NR] = $1; y[NR] = $2; x[NR] = $3; n = NR; next }
        { for (i = 1; i <= n; i++)
            if (k[i] == $1 && (y[i] - $2) ^ 2 <= (16 + gap) ^ 2 &&
                (x[i] - $3) ^ 2 <= (16 + gap) ^ 2) t++ }
        END { print t + 0 }' touching.a -
}
$block --rest map.st -o train.st 2>.err
is "$(touching test.st train.st 0)" 0 "--block --rest: no tile touches a selected one"
left=$((48 - 12 - $(keys train.st | wc -l)))
[ "$left" -gt 5 ] && [ "$(keys train.st | wc -l)" -gt 5 ]
ok $? "--block --rest: some tiles are left out"
like "$(cat .err)" "seg-subset: $left of 48 records are near the selected ones and left out" \
    "--block --rest prints how many"
$block --rest --gap 16 map.st -q -o apart.st
is "$(touching test.st apart.st 16)" 0 "--gap: no tile is nearer"
[ "$(keys apart.st | wc -l)" -lt "$(keys train.st | wc -l)" ]
ok $? "--gap leaves out more tiles"
seg-subset --block 32 -n 6 -s 1 map.st | keys | sort | comm -13 - <(keys test.st | sort) >lost
is "$(cat lost)" "" "--block: budgets are nested"
seg-cat <(seg-pick --from 25 map.st) <(seg-pick --to 24 map.st) | $block | keys | sort |
    cmp -s - <(keys test.st | sort)
ok $? "--block: the order of the input changes nothing"
is "$(seg-subset --block 32 --stratify -n 6 map.st | seg-stat |
    awk '$1 == "class" && $4 > 0' | wc -l)" "$(seg-stat map.st |
    awk '$1 == "class" && $4 > 0' | wc -l)" "--block --stratify: every class is selected"
# With a georeference, pixels of 10 m: blocks in meters, over both files.
for x in 0 1; do
    "$root/tests/record.pl" seg.key=scene$x 'seg.geo=scale 10,10,0\ntie 0,0,0,'$((x * 320))',640,0' \
        image=U8:32,32,1:7 | seg-cat >geo$x.st
done
seg-cat geo0.st geo1.st | seg-sample --regular --crop 8 -o geo.st
is "$(for s in 1 2 3 4 5 6 7 8; do
    seg-subset --block 640 -n 1 -s $s geo.st | seg-info -l | wc -l; done | sort -u | xargs)" 32 \
        "--block: the size is in units of the map, and a block can have several files"
seg-subset --block 320 -n 1 -s 1 --rest geo.st -q | seg-info -l | wc -l >left
is "$(cat left)" 12 "--block: tiles of another file that touch are left out"
status_is 65 "--block of images without a place is refused" seg-subset --block 32 -n 1 all.st
like "$(cat .err)" "synth/00000: no place: neither seg.geo nor seg.window" \
    "--block: what is missing is named"
status_is 64 "--block with --whole is refused" seg-subset --block 32 --whole -n 1 map.st
status_is 64 "--gap without --block is refused" seg-subset --gap 3 -n 1 --rest map.st
keeps_contract "seg-subset --block" map.st $block --rest

status_is 65 "-n above the number of records is refused" seg-subset -n 41 all.st
like "$(cat .err)" "all.st: 40 items, 41 wanted" "-n: both numbers are in the message"
for how in "" --even --stratify --whole; do
    seg-subset $how --at-most -n 41 all.st | keys >most
    same most all.keys "--at-most selects all of too few records${how:+ with }$how"
done
seg-subset --at-most -n 7 all.st | keys >most
seg-subset -n 7 all.st | keys >seven
same most seven "--at-most selects -n of enough records"
status_is 64 "no budget is refused" seg-subset all.st
status_is 64 "-n with --share is refused" seg-subset -n 3 --share 0.5 all.st
status_is 64 "--even with --stratify is refused" \
    seg-subset -n 3 --even --stratify all.st
seg-pick --keep image all.st | seg-subset -n 2 --stratify >.out 2>.err
is $? 65 "--stratify without labels is refused"
# Sparse labels.
seg-synth -n 4 --size 96x64 -s 8 -o dense.st
seg-stat dense.st | awk '$1 == "class"' >dense.tsv
numbers dense.st label >dense.pixels
for how in "points --per-class 7" "points --pen 3" scribbles "scribbles --pen 5"; do
    seg-subset --simulate $how -s 1 dense.st >sparse.st
    numbers sparse.st label | paste - dense.pixels |
        awk '$1 != 255 && $1 != $2' >wrong
    is "$(wc -l <wrong)" 0 "--simulate $how: no label is wrong"
    seg-pick --drop label sparse.st | seg-diff -q - <(seg-pick --drop label dense.st)
    ok $? "--simulate $how: nothing but the labels changes"
    seg-subset --simulate $how -s 2 dense.st | seg-diff -q - sparse.st
    is $? 1 "--simulate $how: another seed, other labels"
    is "$(seg-stat sparse.st | awk '$1 == "class" && $4 > 0' | wc -l)" \
        "$(awk '$4 > 0' dense.tsv | wc -l)" "--simulate $how: no class is lost"
    seg-subset -n 2 -s 1 --simulate $how dense.st | keys >two
    seg-pick --keys two sparse.st | seg-diff -q - <(
        seg-subset -n 2 -s 1 --simulate $how dense.st)
    ok $? "--simulate $how: the labels of an image depend on no other image"
done
seg-subset --simulate points --per-class 7 dense.st | seg-stat |
    awk '$1 == "class" { print $3, $4, $5 }' >now
awk -F'\t' '{ print $3, 7 * $5, $5 }' dense.tsv >want
same now want "points: --per-class of each class in each image"
seg-subset --simulate points --per-class 100000 dense.st | seg-diff -q - dense.st
ok $? "points: of a class with fewer pixels all are taken"
# A square of 20 x 20 and a dot: a stroke of width 3 and 20 pixels, no dot.
square=$(perl -e 'print join ",", map { my ($y, $x) = (int $_ / 40, $_ % 40);
    $y < 20 && $x < 20 ? 1 : $y == 30 && $x == 30 ? 2 : 255 } 0 .. 1599')
"$root/tests/record.pl" seg.key=k label=U8:40,40:"$square" | seg-cat >square.st
for seed in 1 2 3 4 5; do
    seg-subset --simulate scribbles -s $seed square.st >stroke.st
    numbers stroke.st label | sort -n | uniq -c | awk '{ print $2, $1 }' >now
    awk '$1 == 1 { n = $2 } $1 == 2 { dot = 1 } END { exit !(n > 15 && n < 90 && !dot) }' now
    ok $? "scribbles: length and width of a stroke, seed $seed"
done
for z in 0 1 2 3 4 5 6; do
    for v in a b; do
        "$root/tests/record.pl" seg.key=$v@$z label=U8:2,2:1 | seg-cat >$v$z.st
    done
done
seg-cat a?.st b?.st | seg-subset --simulate slices --every 3 -s 4 >slices.st
for v in a b; do
    seg-pick -k "$v@*" slices.st >volume.st
    like "$(numbers volume.st label | awk 'NR % 4 == 1 { printf "%s", $1 == 1 ? "+" : "." }')" \
        '^(\+\.\.\+\.\.\+|\.\+\.\.\+\.\.|\.\.\+\.\.\+\.)$' \
            "slices: every third slice of volume $v has its label"
done
status_is 64 "--per-class without points is refused" \
    seg-subset --simulate slices --per-class 3 dense.st
status_is 64 "--every without slices is refused" seg-subset -n 1 --every 3 dense.st
status_is 64 "--pen with slices is refused" \
    seg-subset --simulate slices --pen 3 dense.st
status_is 65 "--simulate without labels is refused" \
    seg-subset --simulate points <(seg-pick --keep image dense.st)
like "$(cat .err)" "synth/00000: no tensor label" "--simulate: the record without labels is named"
keeps_contract "seg-subset --simulate" all.st seg-subset --simulate scribbles -s 1
keeps_contract seg-subset all.st seg-subset -n 7 -s 1
keeps_contract "seg-subset --stratify" all.st seg-subset -n 7 -s 1 --stratify
done_testing
