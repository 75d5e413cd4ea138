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
status_is 64 "a gamma of 0 is refused" seg-augment --gamma 0,2 all.st
status_is 64 "--first-too without a second view is refused" \
    seg-augment --first-too all.st
status_is 64 "a chance above 1 is refused" seg-augment --blur 2 all.st
status_is 64 "a blur of sigma 0 is refused" seg-augment --sigma 0,2 all.st
seg-pick --keep label all.st | seg-augment --color 1 >.out 2>.err
is $? 65 "a stream without images is refused"
like "$(cat .err)" "synth/00000: no tensor image" "the record without an image is named"
keeps_contract seg-augment all.st seg-augment --views 2 --color 0.5 --blur 0.5 \
    --noise 3 --cutout 0.3 -s 4
done_testing
