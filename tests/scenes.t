#!/usr/bin/env bash
# Scenes in strips: cut by seg-import, predicted by windows, put together again,
# in memory that does not grow with their height; and what is no scene.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 1 --size 300x1100 -s 3 >whole.st
seg-export -q -t image -f tiff --tile 16 -d image whole.st
seg-export -q -t label -f tiff --tile 64 -d label whole.st
mv image/synth/00000.tif image/0.tif && mv label/synth/00000.tif label/0.tif
rmdir image/synth label/synth
seg-net unet --width 16 --depth 2 --classes 8 | seg-init -q -s 1 >model.st
predict=(seg-predict -q -j 1 -m model.st --window 128x96)
import=(seg-import -q --images image --labels label)
"${import[@]}" >one.st
"${import[@]}" --strip 100 >strips.st

# ---- cutting and putting together ----

is "$(seg-info -l strips.st | awk '{ print $2, $4 }' | head -3 | paste -sd ,)" \
    "0@0,0 [128,300,3],0@128,0 [128,300,3],0@256,0 [128,300,3]" \
    "a strip has whole tiles of all files"
is "$(seg-info --meta seg.window strips.st | tail -1)" "1024,0,76,300" \
    "the last one has the rest"
is "$(seg-info --meta seg.scene strips.st | uniq)" "1100,300" "and all know the whole"
for t in image label; do
    seg-export -q -f tiff -t $t -d a-$t one.st
    seg-export -q -t $t -d b-$t strips.st
    same a-$t/0.tif b-$t/0.tif "$t: in strips and out is as in and out whole"
done
seg-import -q --images image --strip 1 | seg-info -l | wc -l >count
is "$(cat count)" 69 "but no less than these"

# ---- predicting ----

seg-predict -q -m model.st --emit labels,probs one.st >whole.pred.st
seg-export -q -f tiff -t pred -d whole.tif whole.pred.st
seg-export -q -f tiff -t probs -d whole.tif/probs whole.pred.st
for exact in "" --exact; do
    seg-predict -q -m model.st $exact --emit probs one.st >all.st
    "${predict[@]}" $exact --emit probs --blend halo one.st >halo.st
    seg-diff -q all.st halo.st
    is $? 0 "with a halo the bits are those of the whole image $exact"
done
"${predict[@]}" --emit labels,probs --blend halo strips.st >halo.st
for t in pred probs; do
    seg-export -q -f tiff -t $t -d halo.$t halo.st
done
same whole.tif/0.tif halo.pred/0.tif "those of a scene in strips as well"
same whole.tif/probs/0.tif halo.probs/0.tif "probabilities too"
is "$(seg-score -q --classes 8 halo.st | grep -v images)" \
    "$(seg-score -q --classes 8 whole.pred.st | grep -v images)" \
    "strips are scored as the whole is"
for how in linear hann mean halo; do
    "${predict[@]}" --blend $how one.st | seg-export -q -f tiff -t pred -d one.$how
    for n in 1 40 100; do
        seg-import -q --images image --strip $n |
            "${predict[@]}" --blend $how -j 2 |
            seg-export -q -t pred -d strips.$how.$n
        same one.$how/0.tif strips.$how.$n/0.tif "$how: in strips of $n as in one record"
    done
done
"${predict[@]}" strips.st >a.st
"${predict[@]}" -j 2 strips.st | cmp -s - a.st
ok $? "two threads make the same bytes"
"${predict[@]}" <strips.st >b.st
cat strips.st | "${predict[@]}" | cmp -s - b.st
ok $? "a pipe and a file as well"
seg-cat -q strips.st one.st strips.st | "${predict[@]}" | seg-info -l | wc -l >count
is "$(cat count)" 19 "scenes and images, one behind the other"

# ---- memory ----

seg-synth -q -n 1 --size 300x4400 -s 3 |
    seg-export -q -t image -f tiff --tile 16 -d high
for f in image/0.tif high/synth/00000.tif; do
    seg-import -q --images "${f%/*}" --strip 50 --mem-limit 1M |
        seg-predict -j 1 -m model.st --window 128x96 --mem-limit 6M 2>said |
        seg-export -q -d map-${f%%/*}
    is "${PIPESTATUS[*]}" "0 0 0" "$f passes through 6 MiB"
    sed 's/.*about//' said >>most
done
is "$(sort -u most | wc -l)" 1 "as much for four times the height: $(head -1 most)"
like "$(cat said)" "300 x 4400 x 3 in 159 windows of 128 x 96, about" "which is said before"
# Nine million pixels of three bytes each, 27 MB, and what makes a map of them.
printf 'image input - c=3\n%s\n%s\n%s\n' 'a conv image c=16 k=3 s=2 act=relu' \
    'classifier conv a c=8 k=1 bias=1' 'output resize classifier like=image' |
    seg-init -q -s 1 >fast.st
seg-synth -q -n 1 --size 3000x3000 -s 1 | seg-export -q -t image -f tiff --tile 16 -d large
seg-import -q --images large/synth --strip 16 --mem-limit 1M |
    seg-predict -q -m fast.st --window 256 --blend halo --mem-limit 12M |
    seg-export -q -d map-large
is "${PIPESTATUS[*]}" "0 0 0" "3000 x 3000 pixels pass through 12 MiB"
seg-import -q --images large/synth | seg-predict -q -m fast.st | seg-export -q -f tiff -d at-once
same map-large/00000.tif at-once/00000.tif "to the map that they give at once"
status_is 71 "and refused where it is too much" "${predict[@]}" --mem-limit 1M strips.st
status_is 71 "already by the strips" "${predict[@]}" --mem-limit 300K strips.st

# ---- what is wrong ----

status_is 65 "a strip needs --window" seg-predict -q -m model.st strips.st
like "$(cat .err)" "a strip of a scene of 300 x 1100 requires --window" "and says so"
status_is 65 "a scene in strips excludes test-time augmentation" "${predict[@]}" --flip h strips.st
like "$(cat .err)" "a scene in strips excludes --scales, --flip and --rotate" "and says so"
seg-pick --invert -k '*@256,0' strips.st >hole.st
for p in "${predict[*]}" "seg-export -q -d hole -t label"; do
    status_is 65 "${p%% *}: a strip is missing" $p hole.st
    like "$(cat .err)" "0@384,0: found instead of the strip of 0 from row 256 on" "is named"
done
seg-pick --to 8 strips.st >short.st
for p in "${predict[*]}" "seg-export -q -d short -t label"; do
    status_is 65 "${p%% *}: the end is missing" $p short.st
    like "$(cat .err)" "0: the scene has 1100 rows, its strips end at 1024" "is said"
done
[ ! -e short/0.tif ] && [ ! -e hole/0.tif ]
ok $? "and no part of it is left"
seg-pick --from 2 strips.st >late.st
status_is 65 "the beginning is missing" "${predict[@]}" late.st
status_is 65 "only TIFF holds scenes" seg-export -q -f png -t label strips.st
seg-import -q --images image --strip 64 --channels 1 2>/dev/null
is $? 65 "--channels is for strips as for images"
status_is 64 "--size is not" seg-import -q --images image --strip 64 --size 10
seg-export -q -t image -d png whole.st
status_is 65 "PNG is not read by rows" seg-import -q --images png/synth --strip 64
printf '5\t0\tsky\n' >map.tsv
seg-import -q --images image --labels label --strip 64 -M map.tsv 2>.err >/dev/null
is $? 65 "a label that the map does not have"
like "$(cat .err)" "label/0.tif, rows from [0-9]+" "is found in its strip"
for o in "--overlap 4" "--blend hann"; do
    status_is 64 "$o goes with --window" seg-predict -m model.st $o one.st
done
status_is 64 "--overlap of half a window at most" "${predict[@]}" --overlap 49 one.st
status_is 64 "--blend halo has its own" "${predict[@]}" --blend halo --overlap 4 one.st
seg-net resnet18-deeplabv3plus --classes 8 | seg-init -q >pool.st
status_is 65 "no halo around global pooling" \
    seg-predict -q -m pool.st --window 256 --blend halo one.st
like "$(cat .err)" "global_avgpool reads the whole image, so windows cannot be exact" "which is said"
status_is 65 "nor in too small a window" "${predict[@]}" --blend halo --window 16 one.st
like "$(cat .err)" "windows of 16 pixels are too small to be exact" "which is said"
done_testing
