#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 5 --size 60x40 -s 3 -o all.st
sample="seg-sample --crop 32x24 --scale 0.5,2 --flip hv --max-class-share 0.75 -s 1"

$sample -n 23 all.st >23.st
$sample -n 10 all.st >a.st
$sample -n 13 --first 10 all.st >b.st
seg-cat a.st b.st | seg-diff -q - 23.st
ok $? "shards joined give the whole"
is "$($sample --epochs 3 all.st | seg-info -l | cut -f 2 | sed 's/@.*//' |
    sort | uniq -c | awk '{ print $1 }' | xargs)" "3 3 3 3 3" \
    "--epochs: each epoch has each image once"
is "$(seg-info -l 23.st | cut -f 3 | sort -u)" \
    "image [24,32,3] u8, label [24,32] u8" "all patches have the size of --crop"
is "$(seg-info --meta seg.draw 23.st | xargs)" "$(seq 0 22 | xargs)" \
    "seg.draw numbers the patches"
like "$(seg-info --meta seg.window 23.st | head -n 1)" \
    '^-?[0-9]+,-?[0-9]+,[0-9]+,[0-9]+( flip xy?| flip y)?$' \
        "seg.window has the rectangle of a patch"
is "$(seg-sample --crop 32 -n 0 all.st | seg-cat --expect 0 | seg-info -l)" "" \
    "-n 0 makes a stream of 0 records"

# A grid with patches of the size of the image gives the image.
seg-sample --regular --crop 60x40 all.st | seg-diff -q -i 'seg.*' - all.st
ok $? "--regular: one patch as large as the image is the image"
is "$(seg-sample --regular --crop 32x24 --stride 20x24 all.st | seg-info -l |
    cut -f 2 | sed -n '1,6s/.*@//p' | xargs)" "0,0 0,20 0,28 16,0 16,20 16,28" \
    "--regular: the last patches end at the border"
seg-sample --regular --crop 20 all.st | seg-stat | grep ^class >tiles
seg-stat all.st | grep ^class >whole
is "$(cut -f 1-4 tiles)" "$(cut -f 1-4 whole)" \
    "--regular: patches that fit hold each pixel once"
is "$(seg-sample --regular --crop 100 all.st | seg-stat | awk '/^ignored/ { print $4 }')" \
    "$((5 * 100 * 100 - $(awk '{ n += $4 } END { print n }' whole)))" \
    "--regular: pixels outside the image are ignored"

# Rotation and deformation; tests/unit/warp.c compares the pixels.
for how in --rotate "--angle -40,40" "--shear -20,20" "--shift 0.5" "--elastic 2,6" "--rotate --angle 10 --shear 5 --elastic 3,8"; do
    seg-sample --crop 24x16 -n 12 $how -s 1 all.st >warped.st
    is "$(seg-info -l warped.st | cut -f 3 | sort -u)" \
        "image [16,24,3] u8, label [16,24] u8" "$how: the size is that of --crop"
    seg-cat <(seg-sample --crop 24x16 -n 5 $how -s 1 all.st) \
        <(seg-sample --crop 24x16 -n 7 --first 5 $how -s 1 all.st) |
        seg-diff -q - warped.st
    ok $? "$how: shards joined give the whole"
    seg-sample --crop 24x16 -n 12 $how -s 2 all.st | seg-diff -q -i 'seg.*' - warped.st
    is $? 1 "$how: another seed, other patches"
    status_is 64 "--regular with $how is refused" \
        seg-sample --crop 8 --regular $how all.st
done
like "$(seg-info --meta seg.window warped.st | head -n 1)" \
    '^-?[0-9]+,-?[0-9]+,[0-9]+,[0-9]+( rotate (90|180|270))? angle 10.00 shear 5.00 elastic$' \
        "seg.window has rotation and deformation"
seg-synth -n 1 --size 64 -s 4 >square.st
seg-sample --crop 64 -n 40 --rotate square.st | seg-info --meta seg.window |
    sort | uniq -c >rotations
is "$(wc -l <rotations)" 4 "--rotate: all four rotations occur"
seg-sample --crop 64 -n 40 --rotate square.st | seg-stat | grep ^class | cut -f 5- >now
seg-sample --crop 64 -n 40 square.st | seg-stat | grep ^class | cut -f 5- >want
same now want "--rotate moves pixels and changes none"
status_is 64 "--elastic with one number is refused" \
    seg-sample --crop 8 --elastic 3 all.st
like "$(cat .err)" "--elastic 3: expected SD,SIGMA" "--elastic: its form is named"
status_is 64 "an angle above 180 is refused" seg-sample --crop 8 --angle 0,270 all.st

status_is 64 "a shear above 60 is refused" seg-sample --crop 8 --shear 0,70 all.st
is "$(seg-sample --crop 60x40 -n 50 all.st | seg-info --meta seg.window | sort -u)" 0,0,40,60 \
    "patches of the size of the image lie in it"
seg-sample --crop 60x40 -n 200 --shift 0.5 all.st | seg-info --meta seg.window | tr , '\t' >moved
awk '{ y = $1 > 0 ? $1 : -$1; x = $2 > 0 ? $2 : -$2
    bad += y > 20 || x > 30; far += y > 10 && x > 15 }
    END { exit !(NR == 200 && !bad && far > 20) }' moved
ok $? "--shift: windows move by up to this share of their sides"
seg-sample --crop 8 -n 100 --scale 0.05 --shift 1 all.st 2>/dev/null | seg-cat --expect 100 >/dev/null
ok $? "--shift: a window never leaves the image entirely"

# Two views: patches of the same item, drawn independently.
seg-sample --crop 24 -n 20 --views 2 -s 1 all.st >two.st
seg-pick --drop image.1 two.st | seg-diff -q - <(seg-sample --crop 24 -n 20 -s 1 all.st)
ok $? "--views 2: the first view is the patch without it"
numbers two.st image >one
numbers two.st image.1 >other
cmp -s one other
is $? 1 "--views 2: the second view is another patch"
seg-sample --crop 60x40 -n 20 --views 2 -s 1 all.st >two.st
seg-pick --keep image two.st | seg-diff -q - <(seg-pick --keep image.1 two.st |
    seg-pick --rename image.1=image)
ok $? "--views 2: both are of the same image"
status_is 65 "--views 2 of records with two views is refused" \
    seg-sample --crop 8 --views 2 two.st
like "$(<.err)" "it has a second view, image.1" "--views: the message says why"
status_is 64 "--regular with --views 2 is refused" seg-sample --regular --crop 8 --views 2 all.st

# Balanced: each class is in at least an eighth of the patches or so.
seg-synth -n 40 --size 96 -s 5 -o large.st
seg-sample --crop 24 -n 400 --balance large.st | seg-stat >balanced.tsv
seg-sample --crop 24 -n 400 large.st | seg-stat >random.tsv
least()
{
    awk '$1 == "class" { print $5 }' "$1" | sort -n | head -n 1
}
[ "$(least balanced.tsv)" -gt 50 ] && [ "$(least balanced.tsv)" -gt "$(least random.tsv)" ]
ok $? "--balance: the rarest class is more frequent"

# Sparse labels: a point of class 0, one of class 1, the rest ignored.  In the
# second image all is ignored; in the third the left three quarters have no data.
record() { "$root/tests/record.pl" 'seg.classes=back\tpolyp' "$@" | seg-cat; }
label=$(perl -e '@l = (255) x 1024; $l[20 * 32 + 20] = 0; $l[5 * 32 + 7] = 1;
    print join ",", @l')
quarter=$(perl -e 'print join ",", map { $_ % 32 < 24 ? 7 : $_ % 5 } 0 .. 1023')
record seg.key=points image=U8:32,32,1:9 label=U8:32,32:"$label" >points.st
record seg.key=none image=U8:32,32,1:9 label=U8:32,32:255 >none.st
record seg.key=gaps seg.nodata=7 image=U8:32,32,1:"$quarter" label=U8:32,32:0 >gaps.st
seg-cat points.st none.st >sparse.st

# images: the number of patches in the input that show class 0, and class 1
images() { seg-stat | awk '$1 == "class" { print $5 }' | xargs; }
for how in "" "--rotate --angle -45,45 --elastic 1,4" "--scale 0.5,2"; do
    seg-sample --crop 8 -n 200 --only-labeled $how sparse.st 2>.err >drawn.st
    numbers drawn.st label | perl -ne '$n++ if $_ < 255; if ($. % 64 == 0) { print if !$n; $n = 0 }' >bad
    is "$(wc -l <bad)" 0 "--only-labeled $how: every patch has a labeled pixel"
done
like "$(cat .err)" "warning: 1 of 2 items have no labeled pixel and are left out, first none" \
    "--only-labeled names an image without a labeled pixel"
is "$(seg-sample --crop 8 --epochs 5 --only-labeled sparse.st 2>.err | seg-info -l | wc -l)" 5 \
    "--only-labeled: an epoch has the labeled images"
seg-sample --crop 8 -n 200 --only-labeled points.st | images >now
awk '{ exit !($1 > 60 && $2 > 60) }' now
ok $? "--only-labeled: labeled pixels are drawn alike"
is "$(seg-sample --regular --crop 8 --only-labeled points.st | seg-info -l |
    cut -f 2 | xargs)" "points@0,0 points@16,16" \
        "--regular --only-labeled: tiles without a labeled pixel are left out"
"$root/tests/record.pl" seg.key=k image=U8:8,8,3:1 label=U16:8,8:1 >wide.st
status_is 65 "--regular --only-labeled: a label of 16 bits is refused" \
    seg-sample --regular --crop 8 --only-labeled wide.st
like "$(<.err)" "k: label is \[8,8\] u16, not \[8,8\] u8" "the message names the type"
status_is 65 "--only-labeled without any labeled pixel is refused" \
    seg-sample --crop 8 --only-labeled none.st
like "$(cat .err)" "none.st: no item has a labeled pixel" "--only-labeled: the file is named"
status_is 65 "--only-labeled without labels is refused" \
    seg-sample --crop 8 --only-labeled <(seg-pick --keep image points.st)

seg-sample --crop 8 -n 400 --foreground 1 points.st | images >now
awk '{ exit $2 != 400 }' now
ok $? "--foreground 1: every patch shows a class other than 0"
seg-sample --crop 8 -n 400 points.st | images | cut -d ' ' -f 2 >before
seg-sample --crop 8 -n 400 --foreground 0.25 points.st | images | cut -d ' ' -f 2 >now
awk -v before="$(cat before)" '{ want = 100 + 0.75 * before
    exit !($1 >= 100 && $1 > want - 30 && $1 < want + 30) }' now
ok $? "--foreground 0.25: a quarter of the patches does, and others by chance"
for class in back 0; do
    seg-sample --crop 8 -n 50 --foreground 1 --class $class points.st | images >now
    is "$(cut -d ' ' -f 1 now)" 50 "--class $class: every patch shows that class"
done
seg-sample --crop 8 -n 50 --balance --class polyp points.st | images >now
is "$(cut -d ' ' -f 2 now)" 50 "--balance --class: every patch shows that class"
status_is 65 "--class of an unknown class is refused" \
    seg-sample --crop 8 --foreground 0.5 --class tumor points.st
like "$(cat .err)" "--class tumor: no such class in the input" "--class: the name is named"
status_is 65 "--class of a class without pixels is refused" \
    seg-sample --crop 8 --foreground 0.5 --class polyp gaps.st
like "$(cat .err)" "no item has a pixel of class polyp" "--class: the empty class is named"
status_is 64 "--class alone is refused" seg-sample --crop 8 --class polyp points.st
status_is 64 "--balance with --foreground is refused" \
    seg-sample --crop 8 --balance --foreground 0.5 points.st

# Nodata: the share is counted in each patch.
for how in "" "--angle -45,45"; do
    seg-sample --crop 8 -n 100 --max-nodata 0.25 $how gaps.st >drawn.st
    numbers drawn.st image | perl -ne '$n++ if $_ == 7; if ($. % 64 == 0) { print if $n > 16; $n = 0 }' >bad
    is "$(wc -l <bad)" 0 "--max-nodata $how: no patch has a larger share"
done
is "$(seg-sample --regular --crop 8 --max-nodata 0 gaps.st | seg-info -l | cut -f 2 | xargs)" \
    "gaps@0,24 gaps@8,24 gaps@16,24 gaps@24,24" "--regular --max-nodata leaves out tiles"
status_is 65 "--max-nodata that no patch keeps is refused" \
    seg-sample --crop 16 --max-nodata 0.2 gaps.st
like "$(tail -n 1 .err)" "gaps.st: no item has a suitable patch" "--max-nodata: the file is named"
seg-cat gaps.st points.st >both.st
is "$(seg-sample --crop 16 -n 6 --max-nodata 0.2 both.st 2>.err | seg-info -l | cut -f 2 |
    sed 's/@.*//' | sort -u)" points "--max-nodata: the next image takes the place"
is "$(grep -c 'gaps: no suitable patch in 50 attempts; the next item is taken' .err)" 1 \
    "--max-nodata: there is one warning of this"
rm .err

status_is 65 "an empty stream is refused" seg-sample --crop 8 <(seg-synth -n 0)
status_is 64 "--crop is required" seg-sample all.st
status_is 64 "a range in descending order is refused" \
    seg-sample --crop 8 --scale 2,1 all.st
like "$(cat .err)" "--scale 2,1: the lower number comes first" \
    "the range in descending order is named"
status_is 64 "an incomplete range is refused" seg-sample --crop 8 --scale 1, all.st
status_is 64 "--regular with --flip is refused" seg-sample --crop 8 --regular --flip h all.st
status_is 64 "--stride without --regular is refused" seg-sample --crop 8 --stride 4 all.st
seg-pick --keep image all.st >plain.st
status_is 0 "images without labels are accepted" seg-sample --crop 8 plain.st
status_is 65 "--balance without labels is refused" \
    seg-sample --crop 8 --balance plain.st
like "$(cat .err)" "synth/00000: no tensor label" \
    "--balance: the record without labels is named"
# Objects: class 1 is a square of 4 x 4 pixels at (8,16), class 3 two squares of
# 2 x 2 pixels at (2,2) and (2,28); pixel (0,0) is ignored.
label=$(perl -e '@l = (0) x 1024; $l[0] = 255;
    for $y (8 .. 11) { $l[32 * $y + $_] = 1 for 16 .. 19 }
    for $y (2, 3) { $l[32 * $y + $_] = 3 for 2, 3, 28, 29 }
    print join ",", @l')
ramp=$(perl -e 'print join ",", map { $_ % 251 } 0 .. 1023')
objects()
{
    "$root/tests/record.pl" 'seg.classes=a\tb\tc\td' "$@" image=U8:32,32,1:"$ramp" \
        label=U8:32,32:"$label" | seg-cat
}
objects seg.key=k >k.st
seg-sample --crop 4 --margin 0 --objects class --regular k.st >object.st
is "$(seg-info -l object.st | cut -f 2 | xargs)" "k@8,16,0 k@-11,2,1" \
    "--objects class: a record for each class but 0"
is "$(seg-info --meta seg.object object.st | xargs)" "1 3" "seg.object is the class"
is "$(seg-info --meta seg.mask object.st | sort -u)" 1 "seg.mask is the number of masks"
is "$(seg-info --meta seg.window object.st | xargs)" "8,16,4,4 -11,2,28,28" \
    "the window has the proportions of the crop"
is "$(seg-info --meta seg.classes object.st | sort -u)" "background	object" \
    "the label is binary"
seg-pick -k 'k@8*' object.st >square.st
is "$(numbers square.st label | sort -u)" 1 "the label is 1 in the object"
is "$(numbers square.st image | sed -n '1~2p' | xargs)" \
    "$(for y in 8 9 10 11; do for x in 16 17 18 19; do echo $(((32 * y + x) % 251)); done; done | xargs)" \
    "the first channel is the image"
is "$(numbers square.st image | sed -n '2~2p' | sort -u)" 255 "the last channel is the mask"
seg-sample --crop 6 --margin 0 --objects component --regular k.st >component.st
is "$(seg-info --meta seg.object component.st | xargs)" "1 3 3" \
    "--objects component: a record for each component"
is "$(seg-info --meta seg.window component.st | xargs)" "8,16,4,4 2,2,2,2 2,28,2,2" \
    "the window of a component"
seg-sample --crop 8 --margin 1 --objects component --class d --regular k.st >d.st
is "$(seg-info --meta seg.window d.st | xargs)" "0,0,6,6 0,26,6,6" "--margin, and --class by name"
seg-sample --crop 6 --margin 1 --objects component --class 3 --regular k.st >d.st
for tensor in label image; do
    numbers d.st $tensor >$tensor.now
done
sed -n '2~2p' image.now | sed 's/255/1/' >mask.now
sed 's/255/0/' label.now | cmp -s - mask.now
ok $? "--objects: the mask is the label"
is "$(grep -c 255 label.now)" 1 "ignored pixels stay ignored in the label"
is "$(seg-sample --crop 28 --objects class --margin 0 --keep-classes --class 3 --regular k.st |
    seg-stat | awk '$1 == "class" && $4 { print $3 }' | xargs)" "a b d" "--keep-classes"
is "$(seg-sample --crop 6 --objects class --no-mask --regular k.st | seg-info -l |
    cut -f 3 | sort -u)" "image [6,6,1] u8, label [6,6] u8" "--no-mask"

# Drawn: the mask stays two-valued and moves with the label.
drawn="--crop 16 --objects component --epochs 20 --margin 1 --scale 0.7,1.4 --flip hv
    --rotate --angle -40,40 --shear -10,10 --shift 0.2 --elastic 1,4 -s 1"
seg-sample $drawn k.st >drawn.st
is "$(seg-info --meta seg.object drawn.st | sort | uniq -c | awk '{ print $1 }' | xargs)" \
    "20 40" "--epochs: each object as often"
numbers drawn.st image | sed -n '2~2p' | sed 's/255/1/' >mask.now
numbers drawn.st label | paste - mask.now | awk '$2 != 0 && $2 != 1 { bad++ }
    $1 < 255 { n++; differ += $1 != $2 }
    END { exit bad || differ > 0.01 * n }'
ok $? "the mask has two values and follows the label"
seg-cat <(seg-sample $drawn -n 11 k.st) <(seg-sample $drawn -n 9 --first 11 k.st) |
    seg-diff -q - <(seg-sample $drawn -n 20 k.st)
ok $? "--objects: shards joined give the whole"
seg-sample --crop 12 -n 30 --angle -45,45 --scale 0.5,2 drawn.st >again.st
is "$(numbers again.st image | sed -n '2~2p' | sort -u | xargs)" "0 255" \
    "patches of objects: the mask keeps its two values"
seg-sample $drawn --views 2 k.st >two.st
seg-pick --drop image.1 two.st | seg-diff -q - drawn.st
ok $? "--objects --views 2: the first view is the patch without it"
is "$(seg-info -l two.st | cut -f 3 | sort -u)" \
    "image [16,16,2] u8, image.1 [16,16,2] u8, label [16,16] u8" "each view has its mask"
seg-pick --keep image.1 two.st | seg-pick --rename image.1=image |
    seg-diff -q -i 'seg.*' - <(seg-pick --keep image two.st)
is $? 1 "--objects --views 2: the second view is another patch"

# Objects of a prediction, and images without objects.
objects seg.key=p pred=U8:32,32:"$(perl -e '@l = (0) x 1024;
    $l[32 * 9 + $_] = 1 for 17 .. 24; print join ",", @l')" >p.st
seg-sample --crop 8 --margin 0 --objects class -t pred --regular p.st >coarse.st
is "$(seg-info --meta seg.window coarse.st)" 6,17,8,8 "--tensor pred: the object of a prediction"
is "$(numbers coarse.st label | grep -c 1) $(numbers coarse.st image | sed -n '2~2p' |
    grep -c 255)" "12 8" "--tensor pred: the label is the truth, the mask the prediction"
"$root/tests/record.pl" seg.key=e image=U8:8,8,1:3 label=U8:8,8:0 | seg-cat >empty.st
is "$(seg-sample --crop 8 --objects class --regular empty.st | seg-info -l)" "" \
    "an image without objects has no patch"
is "$(seg-sample --crop 8 --objects class empty.st | seg-info -l)" "" "an epoch of no objects"
status_is 65 "-n of no objects is refused" seg-sample --crop 8 --objects class -n 2 empty.st
like "$(<.err)" "empty.st: no object in any label" "no objects: the message"
seg-cat empty.st k.st >mixed.st
is "$(seg-sample --crop 8 --objects class -n 9 mixed.st | seg-info -l | cut -f 2 |
    sed 's/@.*//' | sort -u)" k "images without objects are left out"
objects seg.key=i >i.st
seg-sample --crop 8 --objects class --regular --intensity i.st |
    seg-info --meta seg.intensity | grep ^mean | tail -n 1 >mean
like "$(<mean)" '^mean 122.74[.0-9]*,0 ?$' "--intensity: the mask has mean 0"
status_is 65 "objects of objects are refused" \
    seg-sample --crop 8 --objects class drawn.st
like "$(<.err)" "its image has a mask \(seg.mask\) already" "objects of objects: the message"
status_is 65 "--objects without label is refused" seg-sample --crop 8 --objects class \
    <(seg-pick --keep image k.st)
like "$(<.err)" "k: no tensor label" "--objects: the tensor is named"
status_is 65 "--objects with a label of 16 bits is refused" \
    seg-sample --crop 8 --objects class wide.st
status_is 64 "--objects with --balance is refused" seg-sample --crop 8 --objects class --balance k.st
status_is 64 "--margin without --objects is refused" seg-sample --crop 8 --margin 1 k.st

keeps_contract "seg-sample --objects" all.st seg-sample --crop 16 --objects component \
    --epochs 1 --views 2 --angle -20,20
keeps_contract seg-sample all.st $sample -n 9
keeps_contract "seg-sample --angle" all.st seg-sample --crop 16 -n 9 --rotate \
    --angle -20,20 --elastic 2,5
keeps_contract "seg-sample --foreground" all.st seg-sample --crop 16 -n 9 \
    --foreground 0.33 --only-labeled --max-nodata 0.5
keeps_contract "seg-sample --balance" all.st seg-sample --crop 16 --balance -n 9
keeps_contract "seg-sample --regular" all.st seg-sample --crop 32 --regular
done_testing
