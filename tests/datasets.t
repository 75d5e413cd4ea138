#!/usr/bin/env bash
# The experiments on real data in miniature: a few images, a few steps.  The
# predictions have the format, size and georeference of their images.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1
if [ -z "$data" ]; then
    for name in vnc dsb2018 hippocampus acdc organs floods; do
        skip "$name.mk" "no ../shared/data"
    done
    done_testing
    exit
fi

# few NAME TRAIN TEST: links a dataset with that many images of each split
few()
{
    mkdir -p "$1/splits"
    ln -s "$data/$1"/{images,labels}* "$1"
    head -n "$2" "$data/$1/splits/train.txt" >"$1/splits/train.txt"
    head -n "$3" "$data/$1/splits/test.txt" >"$1/splits/test.txt"
}
# experiment NAME DATA SETTING...: runs it and tests its table and overlay
experiment()
{
    local name=$1 from=$2
    shift 2
    make -s -j2 -f "$root/pipelines/$name.mk" DATA="$from" THREADS=1 STEPS=4 \
        PRETRAIN_STEPS=2 BATCH=2 METHODS='ce within' "$@" 2>"$name.err"
    is $? 0 "$name.mk: it ends without an error" || cat "$name.err"
    is "$(awk -F '\t' '$3 == "images" && $5 > 0 { print $2 }' "$name/table.tsv")" \
        "ce${nl}within" "$name.mk: table.tsv has a row for each method"
    [ -s "$name/overlay.png" ]
    ok $? "$name.mk: overlay.png is made"
}
nl=$'\n'
# geometry FILE: of a NIfTI header dimensions; voxel sizes and units; orientation
# in the scanner
geometry()
{
    gzip -dc <"$1" | head -c 352 >header
    od -An -v -tx1 -j40 -N16 header
    od -An -v -tx1 -j76 -N32 header
    od -An -v -tx1 -j252 -N76 header
}

few vnc_em 2 1
experiment vnc vnc_em BUDGETS=1 CROP=64 GRID=8 \
    NET='unet --width 4 --depth 3 --bands 1 --classes 5'
is "$(cd vnc/predicted && ls)" s17.tif "vnc.mk: predicted has a TIFF for the section"
seg-import -q -M vnc_em/labels.tsv --images vnc_em/images --labels vnc/predicted \
    --keys vnc_em/splits/test.txt | seg-info >info
ok $? "vnc.mk: that TIFF has the values of the label map"

few dsb2018 6 4
experiment dsb2018 dsb2018 BUDGETS=4 CROP=64 GRID=8 PREVIEW='-n 4' \
    NET='unet --width 4 --depth 3 --classes 3'
seg-import -q -M dsb2018/labels.tsv --images dsb2018/images \
    --labels dsb2018/predicted --keys dsb2018/splits/test.txt | seg-info >info
ok $? "dsb2018.mk: predicted has a PNG for each image, of its size"
is "$(seg-info --meta seg.net dsb2018/4/ce/1/model.st | grep -c '^image .*c=3')" 1 \
    "dsb2018.mk: the network has three channels for gray and color"

few msd_hippocampus 3 2
experiment hippocampus msd_hippocampus BUDGETS=2 SEEDS=1 STEPS=30 CROP=48x64 \
    BATCH=4 SAMPLE='--scale 1' AUGMENT= PREDICT= PREVIEW='-n 4' \
    NET='unet --width 4 --depth 3 --bands 1 --classes 3' \
    FINETUNE="--loss 'dice(background=0,batch=1)'"
is "$(seg-info -l hippocampus/labeled/2-1.st | cut -f 2 | cut -d@ -f 1 | sort -u | wc -l)" \
    2 "hippocampus.mk: a budget of two is two volumes"
is "$(seg-info --meta seg.normalize hippocampus/2/within/1/model.st)" range=0.5 \
    "hippocampus.mk: the model normalizes each volume by its range"
is "$(awk -F '\t' '$3 == "mdice" || $3 == "hd95" { n += $5 > 0 } END { print n }' \
    hippocampus/table.tsv)" 4 "hippocampus.mk: table.tsv has Dice and HD95 of both methods"
is "$(cut -f 1 hippocampus/2/ce/1/surface.tsv | sed 1d | sort -u)" \
    "$(<msd_hippocampus/splits/test.txt)" "hippocampus.mk: surface.tsv has each test volume"
for key in $(<msd_hippocampus/splits/test.txt); do
    is "$(geometry "hippocampus/predicted/$key.nii.gz")" \
        "$(geometry "msd_hippocampus/imagesTr/$key.nii.gz")" \
        "hippocampus.mk: the prediction of $key has the geometry of its image"
done

few acdc 30 4
sed -n '$p' "$data/acdc/splits/train.txt" >>acdc/splits/train.txt
mv acdc heart
experiment acdc heart BUDGETS=1 CROP=32 GRID=8 PREVIEW='-n 4' SEEDS=1 \
    NET='unet --width 4 --depth 3 --bands 1 --classes 4'
is "$(seg-info -l acdc/labeled/1.st | cut -f 2 | sed 's/_.*//' | sort -u)" patient003 \
    "acdc.mk: a budget of one is the first patient"
is "$(sed 1d acdc/1/ce/1/volumes.tsv | cut -f 1)" \
    "$(sed 's/_[0-9]*$//' heart/splits/test.txt | uniq)" "acdc.mk: volumes.tsv has each volume"
for metric in mdice mdice_cases; do
    is "$(grep -c "	$metric	" acdc/table.tsv)" 2 "acdc.mk: table.tsv has $metric"
done
is "$(grep -o 'dice:[a-z_]*' acdc/table.md | xargs)" \
    "dice:right_ventricle dice:myocardium dice:left_ventricle" \
    "acdc.mk: table.md has the Dice of each structure"

# A CT volume: the largest of its 41 structures, the liver (5), and all others.
c=$data/samples/ct_mr_totalseg
mkdir -p body/{images,labels,splits}
ln -s "$c/example_ct_sm.nii.gz" body/images/body.nii.gz
ln -s "$c/example_seg.nii.gz" body/labels/body.nii.gz
for split in train test; do echo body >body/splits/$split.txt; done
for v in {0..117}; do
    [ $v = 5 ] && printf '5\t1\tliver\n' || printf '%d\t0\tother\n' $v
done >body/labels.tsv
make -s -j2 -f "$root/pipelines/organs.mk" DATA=body IMAGES=images LABELS=labels CLASSES=2 \
    IMPORT='--ct-window 40,400 --intensity' SUBSET=--whole GROUP= HALVES= \
    METRICS=mdice EXTRA_TARGETS=organs/predicted THREADS=1 BUDGETS=1 SEEDS=1 STEPS=30 \
    PRETRAIN_STEPS=1 FINE_STEPS=1 BATCH=2 CROP=48 FINE_CROP=16 PREVIEW='-n 2' \
    COARSE='unet --width 4 --depth 3' METHODS=supcon+mask 2>organs.err
is $? 0 "organs.mk: it ends without an error" || cat organs.err
is "$(sed -n 1p organs/table.md)" "| mdice | coarse | supcon+mask |" \
    "organs.mk: table.md has the coarse network and the method"
is "$(geometry organs/predicted/body.nii.gz)" "$(geometry body/images/body.nii.gz)" \
    "organs.mk: the predicted volume has the geometry of its image"

s=$data/samples/sen1floods11
experiment floods "$s" BUDGETS=6 CROP=32 GRID=8 \
    NET='unet --width 4 --depth 3 --bands 13 --classes 2'
is "$(seg-cat floods/train.st floods/test.st | seg-info -l | cut -f 2 | sort -u |
    wc -l)" 64 \
    "floods.mk: no patch is in both splits"
seg-import -q <<<floods/predicted/Spain_7370579.tif -o out.st
seg-import -q <<<"$s/Spain_7370579_S2Hand.tif" -o in.st
is "$("$root/tests/tensor.pl" --meta out.st seg.geo)" \
    "$("$root/tests/tensor.pl" --meta in.st seg.geo |
    sed -E 's/(nodata|metadata) .*//')" \
    "floods.mk: the prediction has the georeference of the scene"
if type gdalinfo >/dev/null 2>&1; then
    is "$(gdalinfo floods/predicted/Spain_7370579.tif | grep -E 'Origin|Pixel|Size is')" \
        "$(gdalinfo "$s/Spain_7370579_S2Hand.tif" | grep -E 'Origin|Pixel|Size is')" \
        "floods.mk: gdalinfo reads the georeference of the scene"
else
    skip "floods.mk: gdalinfo reads the georeference of the scene" "no gdalinfo"
fi
done_testing
