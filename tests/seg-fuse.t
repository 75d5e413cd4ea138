#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 3 --size 32x24 -s 3 >in.st
for s in 1 2 3; do
    seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s $s >model.st
    seg-predict -q -m model.st --emit labels,probs in.st >$s.st
done

keeps_contract "seg-fuse" 1.st seg-fuse -q --emit labels,probs,entropy

# ---- several streams ----

seg-fuse -q --emit labels,probs 1.st 2.st 3.st >mean.st
seg-fuse -q --stream-weights 1,0.5,2 --emit probs 1.st 2.st 3.st >weighted.st
seg-fuse -q --method majority --emit labels,probs,margin 1.st 2.st 3.st >most.st
for s in 1 2 3; do numbers $s.st probs >p$s; numbers $s.st pred >c$s; done
close()
{
    paste - "$1" | awk '{ if (($1 - $2)^2 > 1e-12) bad++ } END { exit !(NR > 0 && !bad) }'
}
paste p1 p2 p3 | awk '{ printf "%.9f\n", ($1 + $2 + $3) / 3 }' | close <(numbers mean.st probs)
ok $? "probabilities are averaged"
paste p1 p2 p3 | awk '{ printf "%.9f\n", ($1 + .5 * $2 + 2 * $3) / 3.5 }' |
    close <(numbers weighted.st probs)
ok $? "--stream-weights: probabilities are averaged with weights"
is "$(numbers mean.st probs | awk '{ if (NR % 8 == 1 || $1 > top) {
        top = $1; best = (NR - 1) % 8 } if (NR % 8 == 0) print best }' | md5sum)" \
    "$(numbers mean.st pred | md5sum)" "labels are the most probable classes"
is "$(paste c1 c2 c3 | awk '{ if ($1 == $2 || $1 == $3) m = $1
    else if ($2 == $3) m = $2
    else { m = $1; m = $2 < m ? $2 : m; m = $3 < m ? $3 : m }
    print m }' | md5sum)" "$(numbers most.st pred | md5sum)" \
    "--method majority: pred is the majority, of equal ones the lowest class"
paste c1 c2 c3 | awk '{ for (k = 0; k < 8; k++)
    printf "%.9f\n", (($1 == k) + ($2 == k) + ($3 == k)) / 3 }' | close <(numbers most.st probs)
ok $? "--method majority: probs are shares of votes"
seg-fuse -q --emit probs 1.st 1.st 1.st >same.st
close <(numbers same.st probs) <p1
ok $? "--method majority: three equal predictions are unchanged"
seg-diff -q --tolerance 0 <(seg-pick --keep label mean.st) <(seg-pick --keep label 1.st)
is $? 0 "the label image is kept"
for k in 2 0 1; do seg-pick --from $((k + 1)) --to $((k + 1)) 2.st; done |
    seg-cat -q >turned.st
seg-fuse -q --emit labels,probs 1.st turned.st 3.st >b.st
seg-diff -q mean.st b.st
is $? 0 "records of the further streams may be in any order"

# ---- objects ----

printf '0\t0\tno\n1\t1\tyes\n' >two.tsv
# Three masks of 4 x 1 pixels: they overlap at x = 1, and none covers x = 3.
mask() { printf 'P5\n4 1\n255\n'"$2" >"$1/a.pgm"; }
mkdir m1 m2 m3
mask m1 '\1\1\0\0'; mask m2 '\0\1\1\0'; mask m3 '\0\0\0\0'
for m in m1 m2 m3; do seg-import -q --images m1 --labels $m >$m.st; done
seg-fuse -q --method objects m1.st m2.st m3.st >objects.st
is "$(numbers objects.st pred | paste -sd ' ')" "1 1 2 0" \
    "--method objects: each object has its class, of equal ones the first"
! seg-info objects.st | grep -q seg.classes
ok $? "--method objects: the classes have no names"
seg-fuse -q --method objects --emit probs,labels m1.st m2.st >objects.st
is "$(numbers objects.st probs | head -6 | xargs printf '%.3f ')" \
    "0.333 0.667 0.000 0.200 0.400 0.400 " \
        "--method objects: probabilities include a background of one half"
for s in 1 2; do
    seg-net unet --width 4 --depth 2 --classes 2 | seg-init -q -s $s >model.st
    seg-predict -q -m model.st --emit probs --copy none in.st >o$s.st
done
seg-fuse -q --method objects o1.st o2.st >objects.st
is "$(paste <(numbers o1.st probs | paste - - | cut -f 2) \
    <(numbers o2.st probs | paste - - | cut -f 2) |
    awk '{ print ($1 > .5 && $1 >= $2 ? 1 : $2 > .5 ? 2 : 0) }' | md5sum)" \
    "$(numbers objects.st pred | md5sum)" \
        "--method objects: the probabilities are those of the two networks"

# ---- patches ----

seg-synth -q -n 2 --size 70x50 -s 4 | seg-predict -q -m <(seg-net unet --width 4 \
    --depth 2 --classes 8 | seg-init -q -s 1) --emit labels,probs >whole.st
seg-sample -q --crop 32 --regular --stride 24x16 whole.st >tiles.st
for how in "" --taper "--method majority"; do
    seg-fuse -q --stitch $how --emit labels,probs tiles.st >back.st
    seg-diff -q <(seg-pick --keep pred --keep label whole.st) \
        <(seg-pick --keep pred --keep label back.st)
    is $? 0 "--stitch: patches of an image make the image $how"
done
seg-fuse -q --stitch --taper --emit probs tiles.st >back.st
close <(numbers whole.st probs) < <(numbers back.st probs)
ok $? "--stitch: the probabilities are stitched"
is "$(seg-info --meta seg.key back.st | paste -sd ' ')" \
    "$(seg-info --meta seg.key whole.st | paste -sd ' ')" \
        "--stitch: the keys are those of the images"
[ -z "$(seg-info --meta seg.window back.st)" ]
ok $? "--stitch: the result has no seg.window"
# Mirrored patches of seg-sample.
seg-sample -q --crop 70x50 --flip hv -n 6 -s 2 whole.st >flipped.st
like "$(seg-info --meta seg.window flipped.st | sort -u | paste -sd ,)" "flip" \
    "mirrored patches have flips in seg.window"
for i in 1 2 3 4 5 6; do
    seg-pick --from $i --to $i flipped.st | seg-fuse -q --stitch >one.st
    seg-diff -q <(seg-pick --keep pred one.st) <(seg-pick --keep pred -k \
        "$(seg-info --meta seg.key one.st)" whole.st) || echo $i
done >bad
is "$(cat bad)" "" "--stitch: mirrored patches are mirrored back"
seg-synth -q -n 1 --size 128x100 -s 3 | seg-export -q -t image -f tiff --tile 16 -d scene
seg-import -q --images scene/synth --strip 32 |
    seg-predict -q -m model.st --window 32 --emit probs >strips.st
seg-fuse -q --stitch strips.st | seg-info >info
like "$(cat info)" "pred \[100,128\] u8" "--stitch: strips are stitched like patches"

# ---- patches of objects onto images ----

# The labels of the patches are the predictions: class 1 in 2 squares, class 2 in
# a column; a second image has no object, a third one a pixel without label.
image()
{
    local key=$1
    shift
    "$root/tests/record.pl" 'seg.classes=ground\tdisc\tbar' seg.key="$key" \
        image=U8:16,24,1:3 label=U8:16,24:"$(perl -e "@l = (0) x 384; $* print join ',', @l")" |
        seg-cat
}
image a '$l[24 * int($_ / 4) + $_ % 4] = $l[24 * (9 + int($_ / 4)) + 12 + $_ % 4] = 1
    for 0 .. 15; $l[24 * $_ + 20] = 2 for 3 .. 14;' >a.st
image b "" >b.st
image c '$l[200] = 2; $l[0] = 255;' >c.st
seg-cat a.st b.st c.st >images.st
objects() { seg-sample -q --crop 48 --objects "$@" --regular images.st |
    seg-pick --keep label --rename label=pred; }
for kind in class component; do
    objects $kind --margin 0.5 >objects.st
    seg-fuse --method objects --onto images.st objects.st >fused.st
    is "$(numbers fused.st pred | sed 's/255/0/')" "$(numbers images.st label | sed 's/255/0/')" \
        "--onto: patches of each $kind give back the label"
done
is "$(seg-info -l fused.st | cut -f 2 | xargs)" "a b c" "--onto: images without objects are there"
is "$(seg-info --meta seg.classes fused.st | sort -u)" "ground	disc	bar" \
    "--onto: class names are those of the images"
seg-pick --keep label fused.st | seg-diff -q - <(seg-pick --keep label images.st)
ok $? "--onto: labels are those of the images"
is "$(seg-info --meta seg.object fused.st)" "" "--onto: no image has an object's class"
seg-fuse --method objects --onto images.st --copy image,label objects.st >copy.st
seg-pick --keep image --keep label copy.st | seg-diff -q - images.st &&
    seg-pick --keep label --keep pred copy.st | seg-diff -q - fused.st
ok $? "--onto --copy: images, too, are those of the images"
seg-fuse --method objects --onto images.st --copy none objects.st |
    seg-diff -q - <(seg-pick --keep pred fused.st)
ok $? "--copy none: the label is left out"
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q |
    seg-predict -q -m - --emit probs --copy image in.st |
    seg-fuse -q --copy image | seg-pick --keep image | seg-diff -q - <(seg-pick --keep image in.st)
ok $? "--copy: tensors of the first stream"
for args in "--stitch objects.st" "--method objects objects.st"; do
    seg-fuse --copy image $args >out 2>err
    is $? 64 "--copy is refused with $args"
    like "$(<err)" "--copy excludes --stitch, and --method objects without --onto" \
        "the message with $args says so"
done
seg-cat objects.st | seg-fuse --method objects --onto images.st | seg-diff -q - fused.st
ok $? "--onto: patches of a pipe"
seg-fuse --method objects --onto <(cat images.st) objects.st | seg-diff -q - fused.st
ok $? "--onto: images of a pipe"
seg-subset -n 0 objects.st | seg-fuse --method objects --onto images.st |
    numbers /dev/stdin pred | sort -u >now
is "$(cat now)" 0 "--onto: no patch at all gives background"

# Probabilities: the more probable object wins, and background below one half.
object() { "$root/tests/record.pl" seg.key="b@$1" seg.window="$1" seg.object="$2" "$3"; }
seg-cat <(object 0,0,16,16 1 probs=F32:1,1,2:0.3,0.7) \
    <(object 0,8,16,16 2 probs=F32:1,1,2:0.2,0.8) |
    seg-fuse --method objects --onto b.st | numbers /dev/stdin pred | head -n 24 | uniq -c |
    awk '{ print $2 ":" $1 }' | xargs >now
is "$(cat now)" "1:8 2:16" "--onto: the more probable object"
object "0,0,16,24 flip x" 1 probs=F32:1,2,2:0.9,0.1,0.1,0.9 |
    seg-fuse --method objects --onto b.st | numbers /dev/stdin pred | head -n 24 | uniq -c |
    awk '{ print $2 ":" $1 }' | xargs >now
is "$(cat now)" "1:12 0:12" "--onto: a mirrored patch is mirrored back"
object "-4,-4,10,10" 1 probs=F32:2,2,2:0.9,0.1,0.9,0.1,0.9,0.1,0.1,0.9 |
    seg-fuse --method objects --onto b.st | numbers /dev/stdin pred |
    awk '$1 { n++; far = far > NR ? far : NR } END { print n, far }' >now
like "$(cat now)" '^(1[0-9]|2[0-5]) 12[0-9]$' "--onto: a window beyond the edge"

seg-cat c.st b.st a.st >turned.st
status_is 65 "--onto: images in another order are refused" \
    seg-fuse -q --method objects --onto turned.st objects.st
like "$(<.err)" "turned.st: no image c, or the images are in another order" \
    "--onto: file and key are named"
status_is 65 "--onto: patches without class are refused" \
    seg-fuse -q --method objects --onto images.st <(seg-sample -q --crop 8 --regular b.st)
like "$(<.err)" "b@0,0: seg.object is missing, a class from 1 to 254 expected" \
    "--onto: the missing class is named"
object 0,0,16,16 7 pred=U8:1,1:1 >seven.st
status_is 65 "--onto: a class that the images do not have is refused" \
    seg-fuse -q --method objects --onto b.st seven.st
like "$(<.err)" "seg.object is 7, but the images have 3 classes" "--onto: class and number are named"
object 0,0,1000000,1000000 1 pred=U8:1,1:1 >far.st
status_is 65 "--onto: a huge window is refused" \
    seg-fuse -q --method objects --onto b.st far.st
like "$(<.err)" "seg.window of 1000000 x 1000000 pixels in an image of 24 x 16" \
    "--onto: both sizes are named"
status_is 65 "--onto: three classes are refused" seg-fuse -q --method objects --onto b.st \
    <(object 0,0,16,16 1 probs=F32:1,1,3:0.3,0.3,0.4)
status_is 64 "--onto without --method objects is refused" seg-fuse -q --onto b.st objects.st
status_is 64 "--onto with two streams is refused" \
    seg-fuse -q --method objects --onto b.st objects.st objects.st
keeps_contract "seg-fuse --onto" objects.st seg-fuse --method objects --onto images.st

# ---- refused streams ----

seg-pick --to 2 2.st >short.st
status_is 65 "a missing record is refused" seg-fuse -q 1.st short.st
like "$(cat .err)" "short.st: no record of key synth/00002" \
    "the key of the missing record is named"
status_is 65 "a surplus record is refused" seg-fuse -q short.st 1.st
like "$(cat .err)" "1 of 3 records have no counterpart" "surplus records are counted"
seg-pick --drop probs 1.st >votes.st
status_is 65 "a record without probabilities is refused" seg-fuse -q votes.st
like "$(cat .err)" "no tensor probs" "the missing tensor probs is named"
seg-synth -q -n 3 --size 40x24 -s 3 | seg-predict -q -m model.st --emit probs --copy none >wide.st
status_is 65 "a record of another size is refused" seg-fuse -q o1.st wide.st
like "$(cat .err)" "probs is \[24,40,2\] f32; expected are 32 x 24 pixels" \
    "both sizes are named"
seg-pick --rename label=pred m1.st >nameless.st
status_is 65 "--method majority without class names is refused" \
    seg-fuse -q --method majority nameless.st
status_is 0 "--method majority without class names is accepted with --classes" \
    seg-fuse -q --method majority --classes 2 nameless.st
seg-sample -q --crop 16 --regular --stride 40x40 whole.st >gaps.st
seg-pick --from 2 gaps.st | seg-fuse -q --stitch >/dev/null 2>.err
is $? 65 "--stitch: too few patches are refused"
like "$(cat .err)" "synth/00000: its patches have 1280 pixels, which cannot cover 70 x 50" \
    "--stitch: the pixels of too few patches are counted"
seg-pick --from 2 tiles.st | seg-fuse -q --stitch >/dev/null 2>.err
is $? 65 "--stitch: a gap between patches is refused"
like "$(cat .err)" "no prediction covers \(x [0-9]+, y [0-9]+\)" \
    "--stitch: a pixel of the gap is named"
patch() { "$root/tests/record.pl" seg.key=a@0,0 seg.window=0,0,$1 seg.scene=$2 pred=U8:2,2:0; }
for p in "1000000,1000000 9,9" "2,2 1000000,1000000" "2,2 -1,-1"; do
    patch $p >far.st
    status_is 65 "--stitch: a patch with the window $p is refused" \
        seg-fuse -q --stitch --method majority --classes 2 far.st
    like "$(cat .err)" "^seg-fuse: a(@0,0: seg.window of|: its patches) " \
        "--stitch: the record of the window $p is named"
done
status_is 65 "--stitch: records that are no patches are refused" \
    seg-fuse -q --stitch 1.st
like "$(cat .err)" "not a patch: seg.window is missing" \
    "--stitch: the missing seg.window is named"
status_is 65 "streams of other classes are refused" seg-fuse -q 1.st o1.st
status_is 65 "a value above --classes is refused" \
    seg-fuse -q --method majority --classes 2 1.st
like "$(cat .err)" "is not a class of 2 classes" "the value above --classes is named"
status_is 71 "--mem-limit is kept" seg-fuse -q --mem-limit 10K 1.st
for w in 1 1,2,3 0,1 -1,1 1,x; do
    status_is 64 "--stream-weights $w is refused" seg-fuse -q --stream-weights $w 1.st 2.st
done
status_is 64 "--stitch refuses a second stream" seg-fuse -q --stitch 1.st 2.st
status_is 64 "--taper without --stitch is refused" seg-fuse -q --taper 1.st 2.st
status_is 64 "--emit embedding is refused" seg-fuse -q --emit embedding 1.st 2.st
done_testing
