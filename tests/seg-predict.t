#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 4 --size 32x24 -s 3 >in.st
seg-synth -q -n 2 --size 37x27 -s 5 >odd.st
seg-net unet --width 4 --depth 3 --classes 8 | seg-init -q -s 1 >model.st
predict=(seg-predict -q -j 1 -m model.st)

keeps_contract "seg-predict" in.st "${predict[@]}"

"${predict[@]}" in.st >out.st
like "$(seg-info out.st)" "pred \[24,32\] u8" "labels of the image's size"
seg-info out.st | grep -q 'label' && ! seg-info out.st | grep -q 'tensor *image'
ok $? "the label is passed on, the image is not"
"${predict[@]}" --copy image,label in.st | seg-info >info
grep -q 'tensor *image' info
ok $? "unless it is asked for"
"${predict[@]}" --copy none in.st | seg-info >info
! grep -q 'tensor *label' info
ok $? "--copy none"
"${predict[@]}" -j 2 in.st | cmp -s - out.st
ok $? "two threads make the same bytes"

# Neighbors, order and sizes do not matter.
seg-cat -q odd.st in.st odd.st | "${predict[@]}" --copy none >mixed.st
{ "${predict[@]}" --copy none odd.st; "${predict[@]}" --copy none in.st
  "${predict[@]}" --copy none odd.st; } >apart.st
seg-diff mixed.st apart.st >/dev/null
is $? 0 "what comes out for an image depends on the image alone"

# Nor does how many go through the network at once, for any kind of network.
seg-synth -q -n 19 --size 32x24 -s 4 >many.st
for net in "unet --width 16 --depth 2" "resnet18-deeplabv3plus" "vit-tiny --image 32x32"; do
    seg-net $net --classes 8 | seg-init -q -s 1 >net.st
    for exact in "" --exact; do
        one=(seg-predict -q -j 1 -m net.st $exact --emit labels,probs,embedding)
        "${one[@]}" many.st >together.st
        for i in $(seq 19); do
            seg-pick --from $i --to $i many.st | "${one[@]}"
        done | seg-cat -q >apart.st
        seg-diff -q together.st apart.st
        is $? 0 "19 at once and one by one: the same bits (${net%% *} $exact)"
    done
done
seg-cat -q many.st odd.st in.st many.st | "${predict[@]}" --emit probs |
    seg-info -l | cut -f 2 >keys
seg-cat -q many.st odd.st in.st many.st | seg-info -l | cut -f 2 | cmp -s - keys
ok $? "the order stays"
"${predict[@]}" --mem-limit 700K many.st >small.st
seg-diff -q small.st <("${predict[@]}" many.st)
is $? 0 "where memory is short they go one by one"

# Sizes that the levels of the network do not divide.
"${predict[@]}" --emit labels,probs,embedding odd.st >odd.out.st
seg-info odd.out.st >info
like "$(cat info)" "pred \[27,37\] u8" "odd sizes: labels"
like "$(cat info)" "probs \[27,37,8\] f32" "odd sizes: probabilities"
like "$(cat info)" "embedding \[27,37,4\] f32" "odd sizes: embedding"
"${predict[@]}" --emit embedding --node down.2.1.1 odd.st | seg-info >info
like "$(cat info)" "embedding \[[67],(9|10),16\] f32" "a node further down"
! grep -q '^tensor *pred' info
ok $? "what was not asked for is not there"

numbers odd.out.st probs | awk '{ sum += $1; if (NR % 8 == 0) {
    if ((sum - 1)^2 > 1e-10) bad++; sum = 0 } }
    END { exit !(NR == 2 * 27 * 37 * 8 && !bad) }'
ok $? "probabilities add up to 1"
is "$(numbers odd.out.st probs | awk '{ if (NR % 8 == 1 || $1 > top) {
        top = $1; best = (NR - 1) % 8 } if (NR % 8 == 0) print best }' | md5sum)" \
    "$(numbers odd.out.st pred | md5sum)" "labels are the most probable classes"

# With a 1x1 network everything can be said beforehand.
cat >point.net <<'NET'
image       input  -      c=3
classifier  conv   image  c=3 k=1 bias=1
NET
seg-init -q -s 1 --mean 0 --std 1 point.net >point.st
seg-predict -q -m point.st --copy image --emit labels in.st >point.out.st
weights=$(numbers point.st classifier.weight | paste -sd ' ')
is "$(numbers point.out.st image | paste - - - | awk -v w="$weights" '
    BEGIN { split(w, k, " ") }
    { best = 1
      for (c = 1; c <= 3; c++) {
          u[c] = k[3*c-2] * $1 + k[3*c-1] * $2 + k[3*c] * $3
          if (u[c] > u[best]) best = c
      }
      print best - 1 }' | md5sum)" \
    "$(numbers point.out.st pred | md5sum)" "labels as worked out by hand"

is "$(seg-info --meta seg.classes out.st | uniq)" \
    "$(seg-info --meta seg.classes in.st | uniq)" "class names are kept"

# Direct sums round otherwise than Winograd's, a little.
seg-net unet --width 16 --depth 2 --classes 8 | seg-init -q -s 1 >wide.st
for how in "" --exact; do
    seg-predict -q -m wide.st --emit probs $how in.st >probs$how.st
done
! seg-diff -q probs.st probs--exact.st && seg-diff -q --tolerance 1e-4 probs.st probs--exact.st
ok $? "--exact: other bits, the same numbers"
seg-info probs--exact.st | grep -q -- "history.*--exact"
ok $? "and the history says so"

# ---- what is said of a pixel, and what is seen of an image ----

"${predict[@]}" --emit probs,confidence,entropy,margin,labels in.st >sure.st
like "$(seg-info sure.st)" "entropy \[24,32\] f32" "maps of the image's size"
for t in confidence margin entropy; do numbers sure.st $t >$t; done
numbers sure.st probs | paste - - - - - - - - | awk '{ top = next_ = h = 0
    for (i = 1; i <= 8; i++) {
        if ($i > top) { next_ = top; top = $i } else if ($i > next_) next_ = $i
        if ($i > 0) h -= $i * log($i) }
    printf "%.9f %.9f %.9f\n", top, top - next_, h }' | paste - confidence margin entropy |
    tr '\t' ' ' | awk '{ for (i = 1; i <= 3; i++)
        if (($i - $(i + 3))^2 > 1e-11) bad++ } END { exit !(NR == 3072 && !bad) }'
ok $? "confidence, margin and entropy follow from the probabilities"

views=(--scales 0.5,1,1.5 --flip h --rotate)
"${predict[@]}" "${views[@]}" in.st >views.st
"${predict[@]}" "${views[@]}" -j 2 in.st | cmp -s - views.st
ok $? "views: two threads make the same bytes"
! seg-diff -q --tolerance 0 out.st views.st
ok $? "and another result than one view"
seg-predict -m model.st "${views[@]}" in.st 2>said >/dev/null
like "$(cat said)" "24 views of each image: 28 times the work" "the cost is said"
"${predict[@]}" --scales 1 --combine logits in.st >one.st
seg-diff -q out.st one.st
is $? 0 "one view is none"
"${predict[@]}" --scales 0.5 in.st >small.st
! seg-diff -q out.st small.st
ok $? "unless it is of another size"
"${predict[@]}" --window 16 --overlap 4 "${views[@]}" odd.st >both.st
like "$(seg-info both.st)" "pred \[27,37\] u8" "views by windows"
status_is 71 "views: --mem-limit" \
    "${predict[@]}" --scales 10 --mem-limit 2M in.st
for scales in 0 1, ,1 1x 0.01 11 1,nan 1:2; do
    status_is 64 "--scales $scales" "${predict[@]}" --scales $scales in.st
done
like "$(cat .err)" "--scales 1:2: expected up to [0-9]+ numbers from 0.1 to 10, with commas" \
    "says what is wanted"
status_is 64 "no embedding of several views" \
    "${predict[@]}" --emit embedding --flip h in.st
status_is 64 "nor of windows" "${predict[@]}" --emit embedding --window 16 in.st

status_is 64 "--emit of nothing known" "${predict[@]}" --emit depth in.st
status_is 65 "no such node" "${predict[@]}" --emit embedding --node no in.st
seg-pick --keep label in.st >noimage.st
status_is 65 "a record without an image" "${predict[@]}" noimage.st
like "$(cat .err)" "noimage.st: .*no tensor image" "is named"
seg-net unet --width 4 --depth 3 --head paper --grid 8x8 | seg-init -q >p.st
status_is 65 "no labels from a projection head" seg-predict -q -m p.st in.st
status_is 0 "but embeddings" \
    seg-predict -q -m p.st --emit embedding --node projection.norm in.st
status_is 71 "--mem-limit" "${predict[@]}" --mem-limit 100K in.st
status_is 64 "a model is needed" seg-predict -q in.st
done_testing
