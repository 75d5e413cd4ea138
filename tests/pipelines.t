#!/usr/bin/env bash
# The demo in miniature: a table from nothing, lost files, changed settings.  Then
# datasets that are too small, and paths that make cannot handle.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

small=(SIZE=48x48 CROP=32x32 GRID=8x8 STEPS=6 PRETRAIN_STEPS=2 BATCH=2 TRAIN=8 TEST=8
    PRETRAIN= FINETUNE=
    BUDGETS='2 4' METHODS='ce ce+ cross' NET='unet --width 4 --depth 2 --classes 8')
demo()
{
    make -s -j2 -f "$root/pipelines/demo.mk" OUT=demo THREADS=1 "${small[@]}" "$@" \
        2>>make.err
}

demo
is $? 0 "demo.mk: it ends without an error" || cat make.err
is "$(cut -f 1-4 demo/table.tsv | grep -c miou)" 6 "demo.mk: table.tsv has a row for each budget and method"
is "$(awk '$3 == "steps" { print $2, $5 + 0 }' demo/table.tsv | sort -u)" \
    "ce 6
ce+ 8
cross 6" "demo.mk: all methods train for STEPS, ce+ for STEPS + PRETRAIN_STEPS"
is "$(awk '$3 == "minutes" && $5 > 0' demo/table.tsv | wc -l)" 6 \
    "demo.mk: the time of each training is in table.tsv"
is "$(awk '$3 == "images" { print $5 + 0 }' demo/table.tsv | sort -u)" 8 \
    "demo.mk: the score is over all test images"
is "$(sed -n 1p demo/table.md)" "| miou | ce | ce+ | cross |" "demo.mk: table.md has a column for each method"
[ -s demo/overlay.png ]
ok $? "demo.mk: overlay.png is made"

find demo -type f -exec sha256sum {} + | sort >before
demo
find demo -type f -exec sha256sum {} + | sort >after
same before after "demo.mk: a second call changes nothing"

# A lost model is trained again, to the same bytes; the others stay.
sha256sum demo/2/cross/1/model.st >lost
touch mark
rm demo/2/cross/1/{model.st,score.tsv}
demo
is "$(sha256sum demo/2/cross/1/model.st)" "$(cat lost)" \
    "demo.mk: a lost model is trained again, to the same bytes"
is "$(find demo -name model.st -newer mark)" demo/2/cross/1/model.st \
    "demo.mk: only the lost model is trained again"

find demo -type f -exec sha256sum {} + | sort >after
demo VIEW=--legend
find demo -type f -exec sha256sum {} + | sort | diff after - >other
is "$(sed -n 's/^>.* //p' other | xargs)" "demo/overlay.png demo/preview-settings" \
    "demo.mk: with another VIEW only the overlay is made again"

touch mark
demo LR=0.01
is "$(find demo -name model.st -newer mark | wc -l)" 6 \
    "demo.mk: with another LR each run is made again"

demo LR=0.01 report
is "$(grep -oE 'Scores: [^<]*|Model: [^<]*|<figcaption>' demo/report.html | sort | uniq -c |
    awk '{ print $1, $NF }' | xargs)" \
    "8 <figcaption> 1 demo/4/cross/1/model.st 1 demo/4/cross/1/score.tsv 1 demo/table.tsv" \
    "demo.mk: make report writes a page about table and last run"

# Pretraining on whole images and on pixels; each seed has its own images.
global()
{
    make -s -j2 -f "$root/pipelines/demo.mk" OUT=global THREADS=1 "${small[@]}" \
        METHODS='ce ce+ global block global+block' SEEDS='1 2' BUDGETS='2 4' SPLITS=yes \
        NET='unet-hu --width 4 --depth 2 --bands 3 --classes 8' GLOBAL='--at center.2' \
        GLOBAL_STEPS=3 GLOBAL_BATCH=4 LOCAL_BLOCK=8 EQUAL_FINETUNING=yes "$@" 2>>make.err
}
global
is $? 0 "global+block: it ends without an error" || cat make.err
is "$(awk '$3 == "steps" && $1 == 2 { print $2, $5 + 0 }' global/table.tsv | xargs)" \
    "ce 6 ce+ 11 global 9 block 8 global+block 11" \
    "global+block: steps of all stages count, fine-tuning is equal"
is "$(find global -name global.log | wc -l) $(cd global/global && echo *)" "8 1 2" \
    "global+block: one training on whole images for each seed"
is "$(find global \( -name start.st -o -name model.st -o -name pre.st \) \
    -exec seg-info --meta seg.mean {} \; | sort -u)" "$(seg-info --meta seg.mean global/init/1.st)" \
    "global+block: all models normalize their input alike"
is "$(cmp -s global/labeled/4-1.st global/labeled/4-2.st; echo $?)" 1 \
    "SPLITS: each seed has its own labeled images"
for s in 1 2; do
    seg-info --meta seg.key global/labeled/2-$s.st |
        grep -vxFf <(seg-info --meta seg.key global/labeled/4-$s.st)
done >lost
is "$(<lost)" "" "SPLITS: a smaller budget is part of a larger one"
find global -name '*.st' -exec sha256sum {} + | sort >before
rm global/global/1/*.st global/2/global+block/1/model.st
global
find global -name '*.st' -exec sha256sum {} + | sort >after
same before after "global+block: lost models are made again, to the same bytes"
touch mark
global UNLABELED=global/test.st
is "$(find global -path '*/ce*/*' -newer mark)" "" \
    "UNLABELED: random weights need no new training"
is "$(tail -n 1 global/table.md)" "Methods that learn without labels: also on the images of global/test.st" \
    "UNLABELED: the table says so"
demo METHODS=global-block
is $? 2 "an unknown method stops make"
like "$(tail -n 1 make.err)" "METHODS: global-block is none of ce ce\+ global" \
    "the unknown method is named"

make -s -f "$root/pipelines/camvid.mk" >out 2>&1
is $? 2 "camvid.mk: without DATA it stops"
like "$(cat out)" "DATA=DIR" "camvid.mk: the message without DATA names DATA=DIR"

# ---- few images, and paths ----

# A dataset of 24 x 24 images in the layout of camvid.mk: 4 and 4 of them.
layout()
{
    mkdir -p "$1/splits"
    printf '0\t0\ta\t#000000\n1\t1\tb\t#ff0000\n' >"$1/labels.tsv"
    perl -e '
        my ($dir) = @ARGV;
        for my $split (qw(train test)) {
            mkdir("$dir/$_"), mkdir "$dir/$_/$split" for qw(images labels);
            open my $list, ">", "$dir/splits/$split.txt";
            for my $n (1 .. 4) {
                print $list "$split$n\n";
                open my $i, ">", "$dir/images/$split/$split$n.ppm";
                print $i "P6\n24 24\n255\n", map { chr($_ * $n % 256) x 3 } 1 .. 576;
                open my $l, ">", "$dir/labels/$split/$split$n.pgm";
                print $l "P5\n24 24\n255\n", map { chr($_ % 24 < 12 ? 1 : 0) } 1 .. 576;
            }
        }' "$1"
}
camvid()
{
    make -s -f "${mk:-$root/pipelines/camvid.mk}" IMPORT= STEPS=2 PRETRAIN_STEPS=1 CROP=16 \
        BATCH=2 GRID=4x4 THREADS=1 METHODS=ce BUDGETS=2 \
        NET='unet --width 4 --depth 2 --classes 2' "$@" 2>err
}
layout set
camvid DATA=set OUT=four
is $? 0 "camvid.mk: four test images are enough for a preview of eight" || cat err
[ -s four/overlay.png ] && [ -s four/table.md ]
ok $? "camvid.mk: all four are shown"
annotate()
{
    make -s -f "$root/pipelines/annotate.mk" IMPORT= STEPS=2 CROP=16 BATCH=2 SEEDS=1 \
        FIRST=1 MORE=1 ROUNDS=2 THREADS=1 NET='unet --width 4 --depth 2 --classes 2' \
        DATA=set "$@" 2>err
}
annotate OUT=rounds
is $? 0 "annotate.mk: rounds of annotation run" || cat err
is "$(sed 1d rounds/table.tsv | grep -w miou | cut -f 1,2 | sort | xargs)" \
    "$(for n in 1 2 3; do for m in both diversity random uncertainty; do
        echo $n $m; done; done | xargs)" \
    "annotate.mk: the table has each round of each method"
is "$(seg-info --meta seg.key rounds/3/both/1/labeled.st | sort -u | wc -l)" 3 \
    "annotate.mk: no image is labeled twice"
for m in both random; do
    seg-info --meta seg.key rounds/2/$m/1/labeled.st |
        grep -vxFf <(seg-info --meta seg.key rounds/3/$m/1/labeled.st)
done >lost
is "$(cat lost)" "" "annotate.mk: a round keeps the labels of the one before"
seg-net resnet18-linear --classes 2 | seg-init -q -s 9 >trained.st
make -s -f "$root/pipelines/weights.mk" DATA=set WEIGHTS=trained.st CLASSES=2 \
    IMAGES='images/$(split)' LABELS='labels/$(split)' ENCODER=resnet18 DECODER=linear \
    FREEZE="backbone.*" STEPS=2 CROP=16 BATCH=2 \
    BUDGETS=2 SEEDS=1 THREADS=1 2>err
is $? 0 "weights.mk: three starts run" || cat err
is "$(sed -n 1p weights/table.md)" "| miou | random | frozen | finetuned |" \
    "weights.mk: the table has a column for each start"
for m in random frozen finetuned; do
    numbers weights/2/$m/1/model.st backbone.conv1.weight >stem.$m
done
same <(numbers trained.st backbone.conv1.weight) stem.frozen \
    "weights.mk: frozen keeps the weights of the file"
! cmp -s stem.frozen stem.finetuned && ! cmp -s stem.frozen stem.random
ok $? "weights.mk: the other starts have other weights"
organs()
{
    make -s -f "$root/pipelines/organs.mk" DATA=set OUT=organs IMAGES='images/$*' \
        LABELS='labels/$*' BANDS=3 CLASSES=2 IMPORT=--intensity SUBSET= GROUP= METRICS=mdice \
        METHODS='none simclr supcon+mask' BUDGETS=2 SEEDS=1 STEPS=20 FINE_STEPS=1 \
        PRETRAIN_STEPS=2 BATCH=2 CROP=16 FINE_CROP=16 THREADS=1 \
        COARSE='unet --width 4 --depth 2' "$@" 2>err
}
organs
is $? 0 "organs.mk: from coarse to fine" || cat err
is "$(sed -n 1p organs/table.md)" "| mdice | coarse | none | simclr | supcon+mask |" \
    "organs.mk: the table has a column for each method and the coarse network"
is "$(awk '$3 == "steps" { print $2, $5 + 0 }' organs/table.tsv | xargs)" \
    "coarse 20 none 3 simclr 3 supcon+mask 3" "organs.mk: fine methods have equal steps"
is "$(awk '$3 == "images" { print $5 + 0 }' organs/table.tsv | xargs)" "4 4 4 4" \
    "organs.mk: all test images are scored"
# keys FILE: of its records
keys() { seg-info -l "$1" | cut -f 2; }
coarse=organs/2/coarse/1
is "$(for n in 1 2; do keys $coarse/half$n/images.st; done)" "$(keys organs/labeled/2.st)" \
    "organs.mk: the halves are the labeled images"
for n in 2 1; do
    seg-predict -q --scales 0.5 -m $coarse/half$n/model.st $coarse/half$((3 - n))/images.st
done | seg-diff -q - <(seg-pick --drop image $coarse/labeled.st)
ok $? "organs.mk: each half is predicted by the network of the other half"
for w in backbone.conv1.weight backbone.layer4.1.bn2.weight; do
    numbers organs/2/supcon+mask/1/pre.st $w >pre.w
    numbers organs/2/supcon+mask/1/model.st $w >model.w
    same pre.w model.w "organs.mk: fine-tuning keeps $w of the pretrained encoder"
    numbers organs/init/mask-1.st $w >init.w
    numbers organs/2/none/1/model.st $w >none.w
    ! cmp -s init.w none.w && ! cmp -s init.w pre.w
    ok $? "organs.mk: none and pretraining change $w"
done
# [64,4,3,3]: weights of three bands, then of the mask
weights_of_mask() { numbers organs/2/$1/1/model.st backbone.conv1.weight |
    awk 'int((NR - 1) / 9) % 4 == 3 && $1 != 0 { n++ } END { print n + 0 }'; }
is "$(weights_of_mask simclr) $(weights_of_mask supcon+mask)" "0 576" \
    "organs.mk: only pretraining with mask gives it weights"
is "$(for m in simclr/1/pre simclr/1/model supcon+mask/1/model none/1/model; do
    seg-info --meta seg.normalize organs/2/$m.st; done | sort -u)" range=0.5 \
    "organs.mk: fine networks normalize alike"
seg-predict -q -m organs/2/coarse/1/model.st --copy image,label organs/test.st >coarse.st
seg-sample -q --crop 16 --objects class -t pred --regular coarse.st |
    seg-predict -q -m organs/2/simclr/1/model.st --emit probs |
    seg-fuse --method objects --onto coarse.st | seg-score --background 0 >out
same <(sed '/cases/d' organs/2/simclr/1/score.tsv) out "organs.mk: the score is that of fused objects"
is "$(find organs -name 'objects.*')" "" "organs.mk: no directory of a prediction is left"
find organs -name '*.st' -exec sha256sum {} + | sort >before
rm organs/2/{coarse/1/labeled,simclr/1/pre,simclr/1/model}.st
organs
find organs -name '*.st' -exec sha256sum {} + | sort >after
same before after "organs.mk: lost models are made again, to the same bytes"
touch mark
organs
is "$(find organs -type f -newer mark)" "" "organs.mk: a second call changes nothing"
organs METHODS='none best'
like "$(<err)" "METHODS: best is none of coarse none random" "organs.mk: an unknown method is named"
echo test1 >set/splits/test.txt
camvid DATA=set OUT=one
is $? 0 "camvid.mk: one test image is enough" || cat err
camvid DATA=set OUT=most BUDGETS="1 4 9 2"
is $? 2 "camvid.mk: it stops at a budget larger than the training set"
like "$(<err)" 'train.st: 4 items, 9 wanted' \
    "camvid.mk: the message of that budget has both numbers"
like "$(<err)" 'BUDGETS: no 9 labeled images could be taken of most/train.st' \
    "camvid.mk: the message of that budget names the setting"
is "$(find most -name 'model*' -o -name '*.ckpt' -o -name '*.log')" "" \
    "camvid.mk: nothing is trained before it stops at that budget"
mv set/splits/test.txt .
camvid DATA=set OUT=none
is $? 2 "camvid.mk: it stops if there is no test split"
like "$(<err)" 'set/splits/test.txt: there is no such file' \
    "camvid.mk: the missing split is named"
mv test.txt set/splits

for v in DATA OUT; do
    camvid DATA=set OUT=x "$v=my data"
    is $? 2 "camvid.mk: it stops at $v with a blank"
    like "$(<err)" "$v has blanks: my data: .* ln -s 'my data' $v" \
        "camvid.mk: the message of $v with a blank gives a remedy"
    camvid DATA=set OUT=x "$v=my:data"
    is $? 2 "camvid.mk: it stops at $v with a colon"
    like "$(<err)" "$v has the character :: my:data" \
        "camvid.mk: the character in $v is named"
done
[ ! -e x ] && [ ! -e my ] && [ ! -e 'my data' ]
ok $? "camvid.mk: no file is made at a bad path"
make -s -f "$root/pipelines/segmenter.mk" DATA=set OUT='my data' 2>err
is $? 2 "segmenter.mk: it stops at OUT with a blank"
like "$(<err)" 'OUT has blanks' "segmenter.mk: OUT with a blank is named"
mkdir "my place"
(cd "my place" && camvid DATA=../set OUT=out && [ -s out/overlay.png ])
is $? 0 "camvid.mk: the working directory may have a blank" || cat "my place/err"
cp -r "$root/pipelines" "my place"
mk="$PWD/my place/pipelines/camvid.mk" camvid DATA=set OUT=x
is $? 2 "camvid.mk: it stops in a directory with a blank"
like "$(<err)" 'the path of this file has blanks.* run make -f camvid.mk' \
    "camvid.mk: the message of that directory gives a remedy"
(cd "my place/pipelines" && mk=camvid.mk camvid DATA=../../set OUT=../../x && [ -s ../../x/overlay.png ])
is $? 0 "camvid.mk: that remedy works"

if [ -n "$data" ]; then
    mkdir -p few/splits
    ln -s "$data/camvid"/{images,labels,labels.tsv} few
    head -n 4 "$data/camvid/splits/train.txt" >few/splits/train.txt
    head -n 2 "$data/camvid/splits/test.txt" >few/splits/test.txt
    make -s -j2 -f "$root/pipelines/camvid.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' PREVIEW='-n 2' CROP=32x32 GRID=4x4 STEPS=4 \
        PRETRAIN_STEPS=2 BATCH=2 BUDGETS=4 METHODS='within batch' NET='unet --width 4 --depth 2 --classes 11' 2>err
    is $? 0 "camvid.mk: it ends without an error on a few images" || cat err
    make -s -j2 -f "$root/pipelines/segmenter.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' PREVIEW='-n 2' CROP=32x32 STEPS=3 PRETRAIN_STEPS=1 \
        BATCH=2 BUDGETS=4 VARIANTS='16-mask 8-linear' 2>err
    is $? 0 "segmenter.mk: it ends without an error on a few images" || cat err
    is "$(grep -c '^| miou' segmenter/table.md)" 2 "segmenter.mk: table.md has a table for each variant"
    seg-info --meta seg.net segmenter/16-mask/4/cross/1/model.st |
        grep -q decoder.mask_norm
    ok $? "segmenter.mk: the pretrained model has its mask decoder"
    is "$(awk '$3 == "pixels" { print $2, $1 }' camvid/table.tsv)" \
        "$(printf 'within 4\nbatch 4')" "camvid.mk: the table of a few images has both methods"
else
    skip "camvid.mk: it ends without an error on a few images" "no ../shared/data"
fi
done_testing
