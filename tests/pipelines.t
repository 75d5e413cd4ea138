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
    "scored on all test images"
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
    "shown in another way: another image, and no more"

touch mark
demo LR=0.01
is "$(find demo -name model.st -newer mark | wc -l)" 6 \
    "other settings: every cell anew"

make -s -f "$root/pipelines/camvid.mk" >out 2>&1
is $? 2 "camvid.mk without DATA stops"
like "$(cat out)" "DATA=DIR" "and says what to give"

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
    make -s -f "${mk:-$root/pipelines/camvid.mk}" IMPORT= STEPS=2 PRESTEPS=1 CROP=16 \
        BATCH=2 GRID=4x4 THREADS=1 METHODS=ce BUDGETS=2 \
        NET='unet --width 4 --depth 2 --classes 2' "$@" 2>err
}
layout set
camvid DATA=set OUT=four
is $? 0 "four test images, where eight are shown: no error" || cat err
[ -s four/overlay.png ] && [ -s four/table.md ]
ok $? "all four are shown"
echo test1 >set/splits/test.txt
camvid DATA=set OUT=one
is $? 0 "one test image" || cat err
camvid DATA=set OUT=most BUDGETS="1 4 9 2"
is $? 2 "a budget larger than the training set stops"
like "$(<err)" 'train.st: 4 items, 9 wanted' "with the numbers"
like "$(<err)" 'BUDGETS: no 9 labeled images could be taken of most/train.st' "and the setting"
is "$(find most -name 'model*' -o -name '*.ckpt' -o -name '*.log')" "" "before anything is trained"
mv set/splits/test.txt .
camvid DATA=set OUT=none
is $? 2 "no test split stops"
like "$(<err)" 'set/splits/test.txt: there is no such file' "and is named"
mv test.txt set/splits

for v in DATA OUT; do
    camvid DATA=set OUT=x "$v=my data"
    is $? 2 "$v with a blank stops"
    like "$(<err)" "$v has blanks: my data: .* ln -s 'my data' $v" "and says what to do"
    camvid DATA=set OUT=x "$v=my:data"
    is $? 2 "$v with a colon stops"
    like "$(<err)" "$v has the sign :: my:data" "and is named"
done
[ ! -e x ] && [ ! -e my ] && [ ! -e 'my data' ]
ok $? "nothing is made"
make -s -f "$root/pipelines/segmenter.mk" DATA=set OUT='my data' 2>err
is $? 2 "segmenter.mk, too"
like "$(<err)" 'OUT has blanks' "says so"
mkdir "my place"
(cd "my place" && camvid DATA=../set OUT=out && [ -s out/overlay.png ])
is $? 0 "a working directory with a blank, DATA and OUT relative" || cat "my place/err"
cp -r "$root/pipelines" "my place"
mk="$PWD/my place/pipelines/camvid.mk" camvid DATA=set OUT=x
is $? 2 "a makefile below a directory with a blank stops"
like "$(<err)" 'the path of this file has blanks.* say make -f camvid.mk' "and says what to do"
(cd "my place/pipelines" && mk=camvid.mk camvid DATA=../../set OUT=../../x && [ -s ../../x/overlay.png ])
is $? 0 "which works"

if [ -n "$data" ]; then
    mkdir -p few/splits
    ln -s "$data/camvid"/{images,labels,labels.tsv} few
    head -n 4 "$data/camvid/splits/train.txt" >few/splits/train.txt
    head -n 2 "$data/camvid/splits/test.txt" >few/splits/test.txt
    make -s -j2 -f "$root/pipelines/camvid.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' SHOW='-n 2' CROP=32x32 GRID=4x4 STEPS=4 \
        PRESTEPS=2 BATCH=2 BUDGETS=4 METHODS='within batch' NET='unet --width 4 --depth 2 --classes 11' 2>err
    is $? 0 "camvid.mk on a few images" || cat err
    make -s -j2 -f "$root/pipelines/segmenter.mk" DATA=few THREADS=1 \
        IMPORT='--size 60x45' SHOW='-n 2' CROP=32x32 STEPS=3 PRESTEPS=1 \
        BATCH=2 BUDGETS=4 KINDS='16-mask 8-linear' 2>err
    is $? 0 "segmenter.mk on a few images" || cat err
    is "$(grep -c '^| miou' segmenter/table.md)" 2 "a table for each kind"
    seg-info --meta seg.net segmenter/16-mask/4/cross/1/model.st |
        grep -q decoder.mask_norm
    ok $? "pretrained, then with its mask decoder"
    is "$(awk '$3 == "pixels" { print $2, $1 }' camvid/table.tsv)" \
        "$(printf 'within 4\nbatch 4')" "its table"
else
    skip "camvid.mk on a few images" "no ../shared/data"
fi
done_testing
