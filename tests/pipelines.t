#!/usr/bin/env bash
# The demo in miniature: from nothing to a table, what an interruption leaves,
# and what a change of settings does anew.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

small=(SIZE=48x48 CROP=32x32 GRID=8x8 STEPS=6 PRESTEPS=2 BATCH=2 TRAIN=8 TEST=8
    PRETRAIN= FINETUNE=
    BUDGETS='2 4' METHODS='ce ce+ cross' NET='unet --width 4 --depth 2 --classes 8')
demo()
{
    make -s -j2 -f "$root/pipelines/demo.mk" OUT=demo THREADS=1 "${small[@]}" "$@" \
        2>>make.err
}

demo
is $? 0 "runs to its end" || cat make.err
is "$(cut -f 1-4 demo/table.tsv | grep -c miou)" 6 "a row for every cell"
is "$(awk '$3 == "steps" { print $2, $5 + 0 }' demo/table.tsv | sort -u)" \
    "ce 6
ce+ 8
cross 6" "equal steps, and the sum of them for ce+"
is "$(awk '$3 == "images" { print $5 + 0 }' demo/table.tsv | sort -u)" 8 \
    "scored on all test pictures"
is "$(sed -n 1p demo/table.md)" "| miou | ce | ce+ | cross |" "a table to read"
[ -s demo/overlay.png ]
ok $? "an overlay"

find demo -type f -exec sha256sum {} + | sort >before
demo
find demo -type f -exec sha256sum {} + | sort >after
same before after "called again, it does nothing"

# A cell that is lost is made again, to the same model; the others stay.
sha256sum demo/2/cross/1/model.st >lost
touch mark
rm demo/2/cross/1/{model.st,score.tsv,cost.tsv}
demo
is "$(sha256sum demo/2/cross/1/model.st)" "$(cat lost)" "a lost cell is made again"
is "$(find demo -name model.st -newer mark)" demo/2/cross/1/model.st \
    "and no other one"

find demo -type f -exec sha256sum {} + | sort >after
demo VIEW=--legend
find demo -type f -exec sha256sum {} + | sort | diff after - >other
is "$(sed -n 's/^>.* //p' other | xargs)" "demo/overlay.png demo/shown" \
    "shown in another way: another picture, and no more"

touch mark
demo LR=0.01
is "$(find demo -name model.st -newer mark | wc -l)" 6 \
    "other settings: every cell anew"

make -s -f "$root/pipelines/camvid.mk" >out 2>&1
is $? 2 "camvid.mk without DATA stops"
like "$(cat out)" "DATA=DIR" "and says what to give"

if [ -n "$data" ]; then
    mkdir -p few/splits
    ln -s "$data/camvid"/{images,labels,labels.tsv} few
    head -n 4 "$data/camvid/splits/train.txt" >few/splits/train.txt
    head -n 2 "$data/camvid/splits/test.txt" >few/splits/test.txt
    make -s -j2 -f "$root/pipelines/camvid.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' SHOW='-n 2' CROP=32x32 GRID=4x4 STEPS=4 \
        PRESTEPS=2 BATCH=2 BUDGETS=4 METHODS='within batch' NET='unet --width 4 --depth 2 --classes 11' 2>err
    is $? 0 "camvid.mk on a few pictures" || cat err
    make -s -j2 -f "$root/pipelines/segmenter.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' SHOW='-n 2' CROP=32x32 STEPS=3 PRESTEPS=1 \
        BATCH=2 BUDGETS=4 KINDS='16-mask 8-linear' 2>err
    is $? 0 "segmenter.mk on a few pictures" || cat err
    is "$(grep -c '^| miou' segmenter/table.md)" 2 "a table for each kind"
    seg-info --meta seg.net segmenter/16-mask/4/cross/1/model.st |
        grep -q decoder.mask_norm
    ok $? "pretrained, then with its mask decoder"
    is "$(awk '$3 == "pixels" { print $2, $1 }' camvid/table.tsv)" \
        "$(printf 'within 4\nbatch 4')" "its table"
else
    skip "camvid.mk on a few pictures" "no ../shared/data"
fi
done_testing
