#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 |
    seg-sample -q --crop 32x24 -n 24 -s 1 --flip h >plain.st
seg-augment -q --views 2 --color 0.3 plain.st >in.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 >init.st
pre=(seg-pretrain -q -j 1 -m init.st --steps 6 -b 4 --lr 0.02 --embedding 16)

keeps_contract "seg-pretrain" in.st "${pre[@]}"

# Every loss in every form runs, gives its own value and a complete log.
seen=
for loss in within cross batch supcon; do
    for form in paper released; do
        status_is 0 "--loss $loss --form $form" "${pre[@]}" --loss $loss \
            --form $form --head $form --log log.tsv -o out.st in.st
        is "$(table log.tsv | head -n 1)|$(table log.tsv | wc -l)" \
            "step	loss	lr	grad_norm	anchors	positives	alignment	uniformity	seconds|7" \
            "--loss $loss --form $form: the log has a line a step"
        seen+=$(table log.tsv | awk 'NR == 2 { print $2 }')$'\n'
    done
done
is "$(printf %s "$seen" | sort -u | wc -l)" 8 "all losses and forms differ"
"${pre[@]}" --tau 0.2 --log tau.tsv -o tau.st in.st
"${pre[@]}" --log log.tsv -o paper.st in.st
[ "$(table tau.tsv | sed -n 2p | cut -f 2)" != "$(table log.tsv | sed -n 2p | cut -f 2)" ]
ok $? "--tau changes the loss"
"${pre[@]}" -j 2 -o two.st in.st
same two.st paper.st "the same bytes for one thread and two"
"${pre[@]}" -s 1 -o seed.st in.st
! cmp -s seed.st paper.st
ok $? "another seed gives another model"

# The model: head, grid of a quarter, classes of the data, history.
{ seg-info --meta seg.net paper.st; seg-info -a paper.st; } >info
like "$(cat info)" "projection.grid .*mode=nearest align=1 h=6 w=8" \
    "the grid is a quarter of the image, sampled"
like "$(cat info)" "projection.norm" "embeddings of unit length"
! grep -q classifier info
ok $? "the classifier is gone"
is "$(seg-info --meta seg.classes paper.st)" \
    "$(seg-info --meta seg.classes plain.st | head -n 1)" \
    "the model names the classes of the data"
like "$(grep '^history' info | paste -sd ' ')" \
    "seg-init .*seg-synth .*seg-sample .*seg-augment .*seg-pretrain" \
    "the history of the model names all programs before"

# A head of the same form is kept and trained further.
"${pre[@]}" -m paper.st --lr 0.000001 --log more.tsv -o more.st in.st
awk 'NR == FNR { last = $2; next } FNR == 2 { d = $2 - last
    exit !(d * d < 0.25) }' <(table log.tsv) <(table more.tsv)
ok $? "a model with the same head is trained further"
"${pre[@]}" -m paper.st --embedding 8 -o other.st in.st
ok $? "a model with another head gets a new head"

# Frozen parameters stay, to the bit; the others do not.
"${pre[@]}" --freeze 'down.*' -o frozen.st in.st
ok $? "--freeze is accepted"
seg-diff init.st frozen.st >diff.txt 2>&1
! grep -q 'down\.[0-9.]*weight' diff.txt
ok $? "frozen weights do not change"
seg-diff init.st paper.st >diff.txt 2>&1
grep -q 'down\.[0-9.]*weight' diff.txt
ok $? "other weights change"
status_is 64 "--freeze of an unknown parameter" "${pre[@]}" --freeze 'nothing.*' in.st
status_is 64 "--lr-scale without a number" "${pre[@]}" --lr-scale 'down.*' in.st

status_is 65 "a single view is not enough" "${pre[@]}" plain.st
like "$(cat .err)" "image.1.*--views 2" "a single view: the message names --views 2"
seg-synth -q -n 0 >empty.st
status_is 65 "an empty stream" "${pre[@]}" empty.st
status_is 66 "no model" "${pre[@]}" -m nowhere.st in.st
status_is 65 "a stream of images is no model" "${pre[@]}" -m in.st in.st
status_is 71 "--mem-limit" "${pre[@]}" --mem-limit 200K in.st
# The tokens of a transformer, with the labels of their patches.
seg-synth -q -n 4 --size 48x48 | seg-sample -q --crop 32x16 -n 8 -s 1 |
    seg-augment -q --views 2 --color 0.3 >patches.st
seg-net vit-tiny --patch 8 --classes 8 --image 32x32 | seg-init -q -o vit.st
vit=(seg-pretrain -q -m vit.st -b 4 --steps 2 --embedding 8 --pool 0.5 --lr 0.01)
"${vit[@]}" -j 1 -o one.st patches.st && "${vit[@]}" -j 2 -o two.st patches.st
cmp -s one.st two.st
ok $? "--pool: the same bytes for one thread and two"
like "$(seg-info --meta seg.net one.st | grep projection.grid | tr -s ' ')" \
    "encoder.grid mode=nearest align=1 h=2 w=4" "--pool compares all patches"
"${vit[@]}" --pool 1 -o pure.st patches.st
! cmp -s one.st pure.st
ok $? "--pool 1: patches of several classes have no label"
seg-net vit-tiny --patch 8 --classes 8 --image 32x32 |
    seg-init -q -s 9 -w one.st -o start.st 2>/dev/null
seg-sample -q --crop 32x16 -n 4 -s 2 <(seg-synth -q -n 4 --size 48x48) >fine.st
status_is 0 "fine-tuning adds a decoder to the pretrained backbone" \
    seg-finetune -q -m start.st --steps 1 -b 4 -o done.st fine.st
# Blocks padded by the network: 4 features of 8 pixels for 28 or for 25.
for crop in 28x16 32x14 25x16; do
    seg-sample -q --crop $crop -n 4 -s 1 <(seg-synth -q -n 4 --size 48x48) |
        seg-augment -q --views 2 --color 0.3 >filled.st
    status_is 64 "--pool on images of $crop" "${vit[@]}" --steps 1 filled.st
    like "$(cat .err)" "${crop/x/ x } pixels are not whole blocks" "is refused"
done
"${vit[@]}" --pool 0 -o any.st patches.st
! cmp -s one.st any.st
ok $? "--pool 0 accepts any share"
status_is 64 "--pool with --grid" "${vit[@]}" --grid 2x2 patches.st

# --loss patch: two domains, one view of each.
seg-synth -q -n 8 -s 3 --size 48 -o source.st
seg-synth -q -n 8 -s 4 --size 48 --domain b -o target.st
patches=(seg-pretrain -q -m init.st --loss patch --steps 2 -b 4 --patches 3x3)
"${patches[@]}" --target target.st --log patch.tsv -o patch.st source.st
is $? 0 "--loss patch: it learns from two streams"
awk -F'\t' 'NR > 1 && !($5 > 0 && $2 > 0) { bad = 1 } END { exit bad || NR != 3 }' <(table patch.tsv)
ok $? "--loss patch: there are anchors and a loss"
"${patches[@]}" --target target.st -j 2 -o patch2.st source.st
same patch.st patch2.st "--loss patch: the same bytes for two threads"
status_is 64 "--loss patch requires --target" "${patches[@]}" source.st
status_is 64 "--target is for --loss patch" seg-pretrain -m init.st --target target.st in.st
status_is 64 "--grid is not for --loss patch" "${patches[@]}" --target target.st --grid 4x4 source.st
status_is 65 "--loss patch: a target of another size" "${patches[@]}" --target <(seg-synth -n 8 --size 32) source.st
like "$(<.err)" "32x32.*48x48|48x48.*32x32" "both sizes are named"
seg-finetune -q -m patch.st --steps 1 -b 4 -o patch.model.st source.st
is $? 0 "--loss patch: seg-finetune takes the model"
done_testing
