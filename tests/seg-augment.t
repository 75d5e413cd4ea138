#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 6 --size 48x32 -s 3 -o all.st
seg-augment all.st | seg-diff -q - all.st
ok $? "without options the stream is unchanged"
seg-augment --color 0.5 all.st >color.st
seg-diff -q -i image color.st all.st
ok $? "--color leaves labels, keys and metadata unchanged"
seg-diff -q color.st all.st
is $? 1 "--color changes the images"
seg-augment --color 0.5 -s 1 all.st | seg-diff -q - color.st
is $? 1 "another seed makes other colors"

seg-augment --views 2 --color 0.5 all.st >two.st
is "$(seg-info -l two.st | cut -f 3 | sort -u)" \
    "image [32,48,3] u8, image.1 [32,48,3] u8, label [32,48] u8" \
        "--views 2 makes image and image.1"
seg-pick --drop image.1 two.st | seg-diff -q - all.st
ok $? "--views: the first view is the image itself"
seg-augment --views 2 --first-too --color 0.5 all.st >both.st
seg-pick --drop image.1 both.st | seg-diff -q - color.st
ok $? "--first-too: the first view is augmented like a single one"
seg-pick --drop image two.st | seg-pick --rename image.1=image |
    seg-diff -q -i label - color.st
is $? 1 "the second view has other colors than the first"

# The same images three times: each time they are augmented otherwise.  Shards agree
# if seg-sample numbers the patches.
seg-augment --color 0.5 all.st all.st all.st >thrice.st
seg-pick --to 6 thrice.st | seg-diff -q - color.st
ok $? "an image that comes for the first time is augmented as before"
seg-pick --from 7 --to 12 thrice.st | seg-diff -q - color.st
is $? 1 "an image that comes for the second time is augmented otherwise"
seg-sample --crop 16 -n 20 all.st >patches.st
seg-augment --color 1 --blur 0.5 --noise 5 --cutout 0.5 patches.st >whole.st
for part in 1-7 8-20; do
    seg-pick --from ${part%-*} --to ${part#*-} patches.st |
        seg-augment --color 1 --blur 0.5 --noise 5 --cutout 0.5 >$part.st
done
seg-cat 1-7.st 8-20.st | seg-diff -q - whole.st
ok $? "shards joined give the whole"

is "$(seg-augment --gray 1 all.st | seg-stat | awk '/^band/ { print $5 }' |
    uniq | wc -l)" 1 "--gray 1 makes all bands equal"
seg-augment --gray 1 all.st | seg-augment --color 0.01 --gray 0 |
    seg-stat | awk '/^band/ { print $5 }' >means
ok $? "a gray image can be augmented"

seg-augment --gamma 0.5 all.st >gamma.st
seg-diff -q -i image gamma.st all.st && ! seg-diff -q gamma.st all.st
ok $? "--gamma changes the images only"
is "$(seg-stat gamma.st | awk '/^band/ { print $3, $4 }')" \
    "$(seg-stat all.st | awk '/^band/ { print $3, $4 }')" \
        "--gamma keeps the smallest and the largest value"
seg-augment --brightness 40 all.st >bright.st
seg-diff -q -i image bright.st all.st && ! seg-diff -q bright.st all.st
ok $? "--brightness changes the images only"
plain() { "$root/tests/record.pl" "$@" | seg-cat; }
plain seg.key=flat image=F32:4,4,1:100 >flat.st
seg-augment --brightness 40 flat.st | numbers /dev/stdin image | sort -u >now
awk '{ exit !(NR == 1 && $1 != 100 && $1 > 60 && $1 < 140) }' now
ok $? "--brightness adds one number to all values"
seg-augment --bias-field 0.5 all.st >bias.st
seg-diff -q -i image bias.st all.st && ! seg-diff -q bias.st all.st
ok $? "--bias-field changes the images only"
seg-augment --bias-field 0.5 flat.st | seg-diff -q - flat.st
ok $? "--bias-field: an even image stays as it is"
seg-augment --relative --noise 0.3 --brightness 0.3 all.st | seg-diff -q -i image - all.st
ok $? "--relative changes the images only"
status_is 64 "--relative alone is refused" seg-augment --relative all.st

# Records with two views: both change, each in its own way; masks do not.
seg-sample --crop 16 --objects component --epochs 1 --views 2 all.st >objects.st
seg-augment --color 0.8 --gray 0.5 --gamma 0.5,2 --brightness 20 --bias-field 0.5 \
    --blur 0.7 --noise 9 --cutout 1 objects.st >changed.st
for view in image image.1; do
    numbers objects.st $view >before
    numbers changed.st $view >after
    paste before after | awk -v n=4 'NR % n == 0 && $1 != $2 { bad++ }
        NR % n && $1 != $2 { changed++ } END { exit !(changed > NR / 4 && !bad) }'
    ok $? "two views: $view changes, its mask does not"
done
seg-diff -q -i image -i image.1 changed.st objects.st
ok $? "two views: the label stays"
seg-augment --views 2 --color 0.8 <(seg-pick --drop image.1 objects.st) >made.st
paste <(numbers made.st image) <(numbers made.st image.1) |
    awk 'NR % 4 == 0 && $1 != $2' >bad
is "$(wc -l <bad)" 0 "--views 2: both views have the mask"
seg-pick --keep image objects.st | seg-augment --color 0.8 |
    seg-diff -q - <(seg-augment --color 0.8 objects.st | seg-pick --keep image)
ok $? "two views: the first one changes like a single one"
status_is 65 "--views 2 of two views is refused" seg-augment --views 2 objects.st
like "$(<.err)" "--views 2: it has a second view, image.1" "two views: the message"
status_is 65 "mixing images with masks is refused" seg-augment --cutmix 1 objects.st
like "$(<.err)" "images with masks \(seg.mask\) cannot be mixed" "masks: the message"
plain seg.key=m seg.mask=2 image=U8:4,4,2:7 >m.st
status_is 65 "an image of nothing but masks is refused" seg-augment --color 1 m.st
like "$(<.err)" "m: seg.mask is 2, but image has 2 channels" "masks: the numbers are named"

status_is 64 "a gamma of 0 is refused" seg-augment --gamma 0,2 all.st
status_is 64 "--first-too without a second view is refused" \
    seg-augment --first-too all.st
status_is 64 "a chance above 1 is refused" seg-augment --blur 2 all.st
status_is 64 "a blur of sigma 0 is refused" seg-augment --sigma 0,2 all.st
seg-pick --keep label all.st | seg-augment --color 1 >.out 2>.err
is $? 65 "a stream without images is refused"
like "$(cat .err)" "synth/00000: no tensor image" "the record without an image is named"
# CutMix and ClassMix: each pixel, with all bands and its label, is that of the
# record or of the one before.
pixels()
{
    paste -d ' ' <(numbers "$1" image | paste -d ' ' - - -) <(numbers "$1" label)
}
pixels all.st >own
awk 'NR > 1536' own >later
for how in cutmix classmix; do
    seg-augment --$how 1 all.st >mixed.st
    pixels mixed.st | awk 'NR > 1536' | paste -d '|' - later own |
        awk -F'|' 'NF == 3 && $2 != "" && $1 != $2 && $1 != $3' >wrong
    is "$(wc -l <wrong)" 0 "--$how: each pixel is one of the record or of that before"
    seg-diff -q -i image -i label -i seg.mix mixed.st all.st
    ok $? "--$how: keys and metadata stay"
    pixels mixed.st | head -n 1536 | cmp -s - <(head -n 1536 own)
    ok $? "--$how: the first record is not mixed"
    is "$(seg-info --meta seg.mix mixed.st | sed 's/.* //' | xargs)" \
        "$(seg-info -l all.st | cut -f 2 | head -n 5 | xargs)" \
            "--$how: seg.mix has the key of the record before"
    seg-augment --$how 1 -s 1 all.st | seg-diff -q - mixed.st
    is $? 1 "--$how: another seed mixes otherwise"
    seg-pick --to 1 all.st | seg-augment --$how 1 | seg-diff -q - <(seg-pick --to 1 all.st)
    ok $? "--$how: a stream of one record is unchanged"
    seg-augment --$how 1 --views 2 --color 0.5 all.st | seg-pick --drop image.1 |
        seg-diff -q - mixed.st
    ok $? "--$how with --views 2: the first view and the label are mixed"
done
like "$(seg-augment --classmix 1 all.st | seg-info --meta seg.mix | head -n 1)" \
    '^classmix [0-7](,[0-7])* synth/00000$' "seg.mix has the classes"
like "$(seg-augment --cutmix 1 all.st | seg-info --meta seg.mix | head -n 1)" \
    '^cutmix [0-9]+,[0-9]+,[0-9]+,[0-9]+ synth/00000$' "seg.mix has the rectangle"
seg-synth -n 200 --size 16 -s 9 -o many.st
seg-augment --cutmix 0.25 --classmix 0.5 many.st | seg-info --meta seg.mix |
    cut -d ' ' -f 1 | sort | uniq -c | awk '{ print $2, $1 }' >mixes
awk '/cutmix/ { cut = $2 } /classmix/ { class = $2 }
    END { exit !(cut > 30 && cut < 70 && class > 75 && class < 125) }' mixes
ok $? "--cutmix and --classmix: as often as asked for"
# The first file is closed before its last record is pasted.
seg-synth -n 2 --size 300 -s 1 -o x.st
seg-synth -n 2 --size 300 -s 2 -o y.st
seg-augment --cutmix 1 x.st y.st | seg-diff -q - <(seg-cat x.st y.st | seg-augment --cutmix 1)
ok $? "--cutmix: two files are mixed as one stream"
# thirteen bands of i16, one class: ClassMix pastes half of one class, none
record() { "$root/tests/record.pl" "$@" | seg-cat; }
record seg.key=a image=I16:4,4,13:-300 label=U8:4,4:1 >a.st
record seg.key=b image=I16:4,4,13:7 label=U8:4,4:2 >b.st
seg-augment --cutmix 1 -s 2 a.st b.st >cut.st
numbers cut.st label | sort | uniq -c | awk '{ print $2 ":" $1 }' | xargs >now
area=$(seg-info --meta seg.mix cut.st | awk -F'[ ,]' '{ print $4 * $5 }')
is "$(cat now)" "1:$((16 + area)) 2:$((16 - area))" "--cutmix: the rectangle in seg.mix"
seg-augment --classmix 1 a.st b.st | seg-diff -q - <(seg-cat a.st b.st)
ok $? "--classmix pastes nothing of a label of one class"
record seg.key=c image=I16:4,5,13:7 label=U8:4,5:2 >c.st
record seg.key=d seg.nodata=7 image=I16:4,4,13:7 label=U8:4,4:2 >d.st
record seg.key=e image=U8:4,4,13:7 label=U8:4,4:2 >e.st
for odd in "c:5 x 4 pixels cannot be mixed with 4 x 4 of a" \
    "d:cannot be mixed with a: seg.nodata differs" "e:cannot be mixed with a: image differs"; do
    status_is 65 "${odd%%:*} after a is refused" seg-augment --cutmix 1 a.st "${odd%%:*}.st"
    like "$(cat .err)" "${odd%%:*}: ${odd#*:}" "the message says why"
done
record seg.key=f image=I16:4,4,13:7 label=U8:80,80:1 >f.st
for how in cutmix classmix; do
    status_is 65 "--$how: a label that is larger than its image is refused" \
        seg-augment --$how 1 f.st f.st
    is "$(<.err)" "seg-augment: f: label is [80,80] u8, not [4,4] u8" "--$how: the message names the sizes"
done
status_is 65 "--classmix without labels is refused" seg-augment --classmix 1 \
    <(seg-pick --keep image all.st)
status_is 64 "probabilities with a sum above 1 are refused" \
    seg-augment --cutmix 0.7 --classmix 0.4 all.st
keeps_contract "seg-augment --cutmix" all.st seg-augment --cutmix 0.5 --classmix 0.5
keeps_contract seg-augment all.st seg-augment --views 2 --color 0.5 --blur 0.5 \
    --brightness 0.2 --bias-field 0.3 --noise 0.1 --relative --cutout 0.3 -s 4
done_testing
