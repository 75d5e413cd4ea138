#!/usr/bin/env bash
# Scenes in strips: cut by seg-import, predicted in windows, written as one image, in
# memory that does not grow with the height; and streams that are no scene.
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

# ---- import and export ----

is "$(seg-info -l strips.st | awk '{ print $2, $4 }' | head -3 | paste -sd ,)" \
    "0@0,0 [128,300,3],0@128,0 [128,300,3],0@256,0 [128,300,3]" \
    "a strip has whole tiles of all files"
is "$(seg-info --meta seg.window strips.st | tail -1)" "1024,0,76,300" \
    "the last strip has the remaining rows"
is "$(seg-info --meta seg.scene strips.st | uniq)" "1100,300" \
    "all strips have the size of the scene"
for t in image label; do
    seg-export -q -f tiff -t $t -d a-$t one.st
    seg-export -q -t $t -d b-$t strips.st
    same a-$t/0.tif b-$t/0.tif "$t: imported in strips and exported is equal to at once"
done
seg-import -q --images image --strip 1 | seg-info -l | wc -l >count
is "$(cat count)" 69 "as many TIFFs as expected are compared"

# ---- predicting ----

seg-predict -q -m model.st --emit labels,probs one.st >whole.pred.st
seg-export -q -f tiff -t pred -d whole.tif whole.pred.st
seg-export -q -f tiff -t probs -d whole.tif/probs whole.pred.st
for exact in "" --exact; do
    seg-predict -q -m model.st $exact --emit probs one.st >all.st
    "${predict[@]}" $exact --emit probs --blend halo one.st >halo.st
    seg-diff -q all.st halo.st
    is $? 0 "--blend halo gives the bits of the whole image $exact"
done
"${predict[@]}" --emit labels,probs --blend halo strips.st >halo.st
for t in pred probs; do
    seg-export -q -f tiff -t $t -d halo.$t halo.st
done
same whole.tif/0.tif halo.pred/0.tif \
    "--blend halo gives the bits of the whole image for a scene in strips"
same whole.tif/probs/0.tif halo.probs/0.tif \
    "--blend halo gives the same probabilities for a scene in strips"
is "$(seg-score -q --classes 8 halo.st | grep -v images)" \
    "$(seg-score -q --classes 8 whole.pred.st | grep -v images)" \
    "seg-score gives the same scores for strips and for the whole"
for how in linear hann mean halo; do
    "${predict[@]}" --blend $how one.st | seg-export -q -f tiff -t pred -d one.$how
    for n in 1 40 100; do
        seg-import -q --images image --strip $n |
            "${predict[@]}" --blend $how -j 2 |
            seg-export -q -t pred -d strips.$how.$n
        same one.$how/0.tif strips.$how.$n/0.tif \
            "$how: strips of $n are predicted like one record"
    done
done
"${predict[@]}" strips.st >a.st
"${predict[@]}" -j 2 strips.st | cmp -s - a.st
ok $? "scenes: two threads give the same bytes"
"${predict[@]}" <strips.st >b.st
cat strips.st | "${predict[@]}" | cmp -s - b.st
ok $? "scenes: a pipe and a file give the same bytes"
seg-cat -q strips.st one.st strips.st | "${predict[@]}" | seg-info -l | wc -l >count
is "$(cat count)" 19 "scenes and images may follow each other in a stream"

# ---- memory ----

seg-synth -q -n 1 --size 300x4400 -s 3 |
    seg-export -q -t image -f tiff --tile 16 -d high
for f in image/0.tif high/synth/00000.tif; do
    seg-import -q --images "${f%/*}" --strip 50 --mem-limit 1M |
        seg-predict -j 1 -m model.st --window 128x96 --mem-limit 6M 2>said |
        seg-export -q -d map-${f%%/*}
    is "${PIPESTATUS[*]}" "0 0 0" "a scene $f is predicted within 6 MiB"
    sed 's/.*about//' said >>most
done
is "$(sort -u most | wc -l)" 1 \
    "four times the height takes the same memory: $(head -1 most)"
like "$(cat said)" "300 x 4400 x 3 in 159 windows of 128 x 96, about" \
    "the memory of a scene is reported first"
# Nine million pixels of three bytes each, 27 MB, are predicted and exported.
printf 'image input - c=3\n%s\n%s\n%s\n' 'a conv image c=16 k=3 s=2 act=relu' \
    'classifier conv a c=8 k=1 bias=1' 'output resize classifier like=image' |
    seg-init -q -s 1 >fast.st
seg-synth -q -n 1 --size 3000x3000 -s 1 | seg-export -q -t image -f tiff --tile 16 -d large
seg-import -q --images large/synth --strip 16 --mem-limit 1M |
    seg-predict -q -m fast.st --window 256 --blend halo --mem-limit 12M |
    seg-export -q -d map-large
is "${PIPESTATUS[*]}" "0 0 0" "3000 x 3000 pixels are predicted within 12 MiB"
seg-import -q --images large/synth | seg-predict -q -m fast.st | seg-export -q -f tiff -d at-once
same map-large/00000.tif at-once/00000.tif \
    "3000 x 3000 pixels within 12 MiB give the same prediction"
status_is 71 "a scene over --mem-limit is refused" \
    "${predict[@]}" --mem-limit 1M strips.st
status_is 71 "strips over --mem-limit are refused" \
    "${predict[@]}" --mem-limit 300K strips.st

# ---- refused scenes ----

status_is 65 "strips without --window are refused" seg-predict -q -m model.st strips.st
like "$(cat .err)" "a strip of a scene of 300 x 1100 requires --window" \
    "the message about strips names --window"
status_is 65 "strips with test-time augmentation are refused" \
    "${predict[@]}" --flip h strips.st
like "$(cat .err)" "a scene in strips excludes --scales, --flip and --rotate" \
    "the message about strips names the options"
seg-pick --invert -k '*@256,0' strips.st >hole.st
for p in "${predict[*]}" "seg-export -q -d hole -t label"; do
    status_is 65 "${p%% *}: a missing strip is refused" $p hole.st
    like "$(cat .err)" "0@384,0: found instead of the strip of 0 from row 256 on" \
        "${p%% *}: the missing strip is named"
done
seg-pick --to 8 strips.st >short.st
for p in "${predict[*]}" "seg-export -q -d short -t label"; do
    status_is 65 "${p%% *}: a missing last strip is refused" $p short.st
    like "$(cat .err)" "0: the scene has 1100 rows, its strips end at 1024" \
        "${p%% *}: the rows of the missing last strip are named"
done
[ ! -e short/0.tif ] && [ ! -e hole/0.tif ]
ok $? "refused scenes leave no file"
seg-pick --from 2 strips.st >late.st
status_is 65 "a missing first strip is refused" "${predict[@]}" late.st
status_is 65 "seg-export -f png refuses a scene in strips" \
    seg-export -q -f png -t label strips.st
seg-import -q --images image --strip 64 --channels 1 2>/dev/null
is $? 65 "seg-import: --channels is checked for strips, too"
status_is 64 "seg-import: --size with --strip is refused" \
    seg-import -q --images image --strip 64 --size 10
seg-export -q -t image -d png whole.st
status_is 65 "seg-import: --strip of a PNG is refused" \
    seg-import -q --images png/synth --strip 64
printf '5\t0\tsky\n' >map.tsv
seg-import -q --images image --labels label --strip 64 -M map.tsv 2>.err >/dev/null
is $? 65 "seg-import: a label that the map does not have is refused in a strip"
like "$(cat .err)" "label/0.tif, rows from [0-9]+" \
    "seg-import: the strip of that label is named"
for o in "--overlap 4" "--blend hann"; do
    status_is 64 "seg-predict: $o without --window is refused" \
        seg-predict -m model.st $o one.st
done
status_is 64 "--overlap of more than half a window is refused" \
    "${predict[@]}" --overlap 49 one.st
status_is 64 "--blend halo with --overlap is refused" \
    "${predict[@]}" --blend halo --overlap 4 one.st
seg-net resnet18-deeplabv3plus --classes 8 | seg-init -q >pool.st
status_is 65 "--blend halo with global pooling is refused" \
    seg-predict -q -m pool.st --window 256 --blend halo one.st
like "$(cat .err)" "global_avgpool reads the whole image, so windows cannot be exact" \
    "--blend halo: the node with global pooling is named"
status_is 65 "--blend halo in too small a window is refused" \
    "${predict[@]}" --blend halo --window 16 one.st
like "$(cat .err)" "windows of 16 pixels are too small to be exact" \
    "--blend halo: the size of the too small window is named"
done_testing
