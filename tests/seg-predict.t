#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 4 --size 32x24 -s 3 >in.st
seg-synth -q -n 2 --size 37x27 -s 5 >odd.st
seg-net unet --width 4 --depth 3 --classes 8 | seg-init -q -s 1 >model.st
predict=(seg-predict -q -j 1 -m model.st)

keeps_contract "seg-predict" in.st "${predict[@]}"

"${predict[@]}" in.st >out.st
like "$(seg-info out.st)" "pred \[24,32\] u8" "pred has the size of the image"
seg-info out.st | grep -q 'label' && ! seg-info out.st | grep -q 'tensor *image'
ok $? "the label image is passed on, the image is not"
"${predict[@]}" --copy image,label in.st | seg-info >info
grep -q 'tensor *image' info
ok $? "--copy image passes the image on"
"${predict[@]}" --copy none in.st | seg-info >info
! grep -q 'tensor *label' info
ok $? "--copy none passes nothing on"
"${predict[@]}" -j 2 in.st | cmp -s - out.st
ok $? "two threads give the same bytes"

# Other images, their order and their sizes do not change a prediction.
seg-cat -q odd.st in.st odd.st | "${predict[@]}" --copy none >mixed.st
{ "${predict[@]}" --copy none odd.st; "${predict[@]}" --copy none in.st
  "${predict[@]}" --copy none odd.st; } >apart.st
seg-diff mixed.st apart.st >/dev/null
is $? 0 "a prediction depends on its image only"

# Nor does the batch size, for any kind of network.
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
        is $? 0 "batches of 19 and of 1 give the same bits (${net%% *} $exact)"
    done
done
seg-cat -q many.st odd.st in.st many.st | "${predict[@]}" --emit probs |
    seg-info -l | cut -f 2 >keys
seg-cat -q many.st odd.st in.st many.st | seg-info -l | cut -f 2 | cmp -s - keys
ok $? "the order of the records is kept"
"${predict[@]}" --mem-limit 700K many.st >small.st
seg-diff -q small.st <("${predict[@]}" many.st)
is $? 0 "with little memory images are predicted one by one"

# Sizes that the levels of the network do not divide.
"${predict[@]}" --emit labels,probs,embedding odd.st >odd.out.st
seg-info odd.out.st >info
like "$(cat info)" "pred \[27,37\] u8" "an image of odd size: pred has that size"
like "$(cat info)" "probs \[27,37,8\] f32" "an image of odd size: probs have that size"
like "$(cat info)" "embedding \[27,37,4\] f32" \
    "an image of odd size: the embedding has that size"
"${predict[@]}" --emit embedding --node down.2.1.1 odd.st | seg-info >info
like "$(cat info)" "embedding \[[67],(9|10),16\] f32" \
    "--node: the embedding has the size of the node"
! grep -q '^tensor *pred' info
ok $? "tensors that are not asked for are not written"

numbers odd.out.st probs | awk '{ sum += $1; if (NR % 8 == 0) {
    if ((sum - 1)^2 > 1e-10) bad++; sum = 0 } }
    END { exit !(NR == 2 * 27 * 37 * 8 && !bad) }'
ok $? "probabilities add up to 1"
is "$(numbers odd.out.st probs | awk '{ if (NR % 8 == 1 || $1 > top) {
        top = $1; best = (NR - 1) % 8 } if (NR % 8 == 0) print best }' | md5sum)" \
    "$(numbers odd.out.st pred | md5sum)" "pred is the most probable class"

# The result of a 1x1 network is computed by hand.
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
    "$(numbers point.out.st pred | md5sum)" "pred is equal to a computation by hand"

is "$(seg-info --meta seg.classes out.st | uniq)" \
    "$(seg-info --meta seg.classes in.st | uniq)" "class names are kept"

# Direct convolution rounds slightly differently from Winograd.
seg-net unet --width 16 --depth 2 --classes 8 | seg-init -q -s 1 >wide.st
for how in "" --exact; do
    seg-predict -q -m wide.st --emit probs $how in.st >probs$how.st
done
! seg-diff -q probs.st probs--exact.st && seg-diff -q --tolerance 1e-4 probs.st probs--exact.st
ok $? "--exact: other bits, the same numbers to 1e-4"
seg-info probs--exact.st | grep -q -- "history.*--exact"
ok $? "--exact is in the history"

# ---- confidence, and test-time augmentation ----

"${predict[@]}" --emit probs,confidence,entropy,margin,labels in.st >sure.st
like "$(seg-info sure.st)" "entropy \[24,32\] f32" "entropy has the size of the image"
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
ok $? "test-time augmentation: two threads give the same bytes"
! seg-diff -q --tolerance 0 out.st views.st
ok $? "test-time augmentation changes the prediction"
seg-predict -m model.st "${views[@]}" in.st 2>said >/dev/null
like "$(cat said)" "24 copies of each image: 28 times the work" \
    "test-time augmentation: the amount of work is reported"
"${predict[@]}" --scales 1 --combine logits in.st >one.st
seg-diff -q out.st one.st
is $? 0 "--scales 1 changes nothing"
"${predict[@]}" --scales 0.5 in.st >small.st
! seg-diff -q out.st small.st
ok $? "--scales of another size changes the prediction"
"${predict[@]}" --window 16 --overlap 4 "${views[@]}" odd.st >both.st
like "$(seg-info both.st)" "pred \[27,37\] u8" \
    "test-time augmentation and windows are combined"
status_is 71 "test-time augmentation: --mem-limit is kept" \
    "${predict[@]}" --scales 10 --mem-limit 2M in.st
for scales in 0 1, ,1 1x 0.01 11 1,nan 1:2; do
    status_is 64 "--scales $scales is refused" "${predict[@]}" --scales $scales in.st
done
like "$(cat .err)" "--scales 1:2: expected up to [0-9]+ numbers from 0.1 to 10, with commas" \
    "--scales: the accepted numbers are named"
# Outputs of nodes.
"${predict[@]}" --emit down.2.1.1,f=down.1.1.1,labels odd.st >nodes.st
seg-info nodes.st >info
like "$(cat info)" "down.2.1.1 \[[67],(9|10),16\] f32" \
    "--emit NODE: a tensor of that name and size"
like "$(cat info)" "f \[1[34],(18|19),8\] f32" "--emit TENSOR=NODE"
seg-predict -q -j 2 -m model.st --emit down.2.1.1,f=down.1.1.1,labels odd.st |
    cmp -s - nodes.st
ok $? "outputs of nodes are the same bytes for two threads"
seg-diff -q <("${predict[@]}" --copy none --emit embedding=down.2.1.1 odd.st) \
    <("${predict[@]}" --copy none --emit embedding --node down.2.1.1 odd.st)
is $? 0 "the output of a node is that of --node"
"${predict[@]}" --emit image=down.2.1.1 in.st >features.st
seg-info features.st >info
like "$(cat info)" "image \[6,8,16\] f32" "--emit image=NODE: the features are the image"
like "$(cat info)" "label \[6,8\] u8" "--emit image=NODE: the label has their size"
printf '%s\n' 'image input - c=16' 'classifier conv image c=8 k=1 bias=1' |
    seg-init -q -s 1 --stat <(seg-stat features.st) >head.st
seg-sample -q --crop 8x6 --epochs 60 features.st |
    seg-finetune -q -j 1 -m head.st --steps 60 -b 4 >probe.st
before=$(seg-predict -q -m head.st features.st | seg-score | awk '/accuracy/ { print $2; exit }')
after=$(seg-predict -q -m probe.st features.st | seg-score | awk '/accuracy/ { print $2; exit }')
awk -v a="$before" -v b="$after" 'BEGIN { exit !(b > a + 0.1) }'
ok $? "a head learns from features ($before, $after)"
status_is 64 "--emit of an unknown node is refused" \
    "${predict[@]}" --emit labels,down.2.1.7 in.st
like "$(cat "$dir/.err")" "did you mean down.2.1.0\?" "a similar node is named"
status_is 64 "--emit of a mistyped output is refused" "${predict[@]}" --emit lables in.st
like "$(cat "$dir/.err")" "lables is .* did you mean labels\?" "a similar output is named"
for twice in pred=down.2.1.1,labels embedding,embedding=down.2.1.1; do
    status_is 64 "--emit $twice is refused" "${predict[@]}" --emit $twice in.st
    like "$(<.err)" "--emit: two tensors (pred|embedding)" "--emit $twice: the tensor is named"
done
status_is 64 "two tensors of one name are refused" \
    "${predict[@]}" --emit x=down.2.1.1,x=down.1.1.0 in.st
status_is 64 "an empty name is refused" "${predict[@]}" --emit x= in.st
status_is 64 "--emit NODE with windows is refused" \
    "${predict[@]}" --emit down.2.1.1 --window 16 in.st
status_is 64 "--emit image=NODE with outputs of another size is refused" \
    "${predict[@]}" --emit image=down.2.1.1,labels in.st
status_is 64 "--emit embedding with test-time augmentation is refused" \
    "${predict[@]}" --emit embedding --flip h in.st
status_is 64 "--emit embedding with windows is refused" \
    "${predict[@]}" --emit embedding --window 16 in.st

status_is 64 "--emit of an unknown output is refused" "${predict[@]}" --emit depth in.st
status_is 65 "--node of a missing node is refused" \
    "${predict[@]}" --emit embedding --node no in.st
seg-pick --keep label in.st >noimage.st
status_is 65 "a record without an image is refused" "${predict[@]}" noimage.st
like "$(cat .err)" "noimage.st: .*no tensor image" \
    "the record without an image is named"
seg-net unet --width 4 --depth 3 --head paper --grid 8x8 | seg-init -q >p.st
status_is 65 "pred of a projection head is refused" seg-predict -q -m p.st in.st
status_is 0 "an embedding of a projection head is written" \
    seg-predict -q -m p.st --emit embedding --node projection.norm in.st
status_is 71 "--mem-limit is kept" "${predict[@]}" --mem-limit 100K in.st
status_is 64 "-m is required" seg-predict -q in.st
done_testing
