#!/usr/bin/env bash
# The experiments on real data in miniature: a few images, a few steps, and
# what comes out lies where its image lay.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1
if [ -z "$data" ]; then
    for name in vnc dsb2018 hippocampus floods; do
        skip "$name.mk" "no ../shared/data"
    done
    done_testing
    exit
fi

# few NAME TRAIN TEST: of a dataset, so many images of each split
few()
{
    mkdir -p "$1/splits"
    ln -s "$data/$1"/{images,labels}* "$1"
    head -n "$2" "$data/$1/splits/train.txt" >"$1/splits/train.txt"
    head -n "$3" "$data/$1/splits/test.txt" >"$1/splits/test.txt"
}
# experiment NAME DATA SETTING...: it runs, and makes what it should
experiment()
{
    local name=$1 from=$2
    shift 2
    make -s -j2 -f "$root/pipelines/$name.mk" DATA="$from" THREADS=1 STEPS=4 \
        PRESTEPS=2 BATCH=2 METHODS='ce within' "$@" 2>"$name.err"
    is $? 0 "$name.mk runs to its end" || cat "$name.err"
    is "$(awk -F '\t' '$3 == "images" && $5 > 0 { print $2 }' "$name/table.tsv")" \
        "ce${nl}within" "a row for each method"
    [ -s "$name/overlay.png" ]
    ok $? "images to look at"
}
nl=$'\n'

few vnc_em 2 1
experiment vnc vnc_em BUDGETS=1 CROP=64 GRID=8 \
    NET='unet --width 4 --depth 3 --bands 1 --classes 5'
is "$(cd vnc/predicted && ls)" s17.tif "a TIFF for the section"
seg-import -q -m vnc_em/labels.tsv --images vnc_em/images --labels vnc/predicted \
    --list vnc_em/splits/test.txt | seg-info >info
ok $? "whose values are those of the label images"

few dsb2018 6 4
experiment dsb2018 dsb2018 BUDGETS=4 CROP=64 GRID=8 SHOW='-n 4' \
    NET='unet --width 4 --depth 3 --classes 3'
seg-import -q -m dsb2018/labels.tsv --images dsb2018/images \
    --labels dsb2018/predicted --list dsb2018/splits/test.txt | seg-info >info
ok $? "a PNG for every image, of its size"
is "$(seg-info --meta seg.net dsb2018/4/ce/1/model.st | grep -c '^image .*c=3')" 1 \
    "gray and color go through one network of three bands"

few msd_hippocampus 3 2
experiment hippocampus msd_hippocampus BUDGETS=2 SHOW='-n 4' \
    NET='unet --width 4 --depth 3 --bands 1 --classes 3'
is "$(seg-info -l hippocampus/2/few.st | cut -f 2 | cut -d@ -f 1 | sort -u | wc -l)" \
    2 "a budget of two volumes has two volumes"
is "$(seg-info --meta seg.normalize hippocampus/2/within/1/model.st)" range=0.5 \
    "volumes are normalized each by itself"
is "$(awk -F '\t' '$3 == "mdice" || $3 == "hd95" { n += $5 > 0 } END { print n }' \
    hippocampus/table.tsv)" 4 "Dice and HD95 of both methods"
is "$(cut -f 1 hippocampus/2/ce/1/surface.tsv | sed 1d | sort -u)" \
    "$(<msd_hippocampus/splits/test.txt)" "surfaces of every volume"
for key in $(<msd_hippocampus/splits/test.txt); do
    gzip -dc <"hippocampus/predicted/$key.nii.gz" | head -c 352 >out
    gzip -dc <"msd_hippocampus/imagesTr/$key.nii.gz" | head -c 352 >in
    # dimensions, voxel sizes and units, and how it lies in the scanner
    is "$(od -An -v -tx1 -j40 -N16 out; od -An -v -tx1 -j76 -N32 out
        od -An -v -tx1 -j252 -N76 out)" \
        "$(od -An -v -tx1 -j40 -N16 in; od -An -v -tx1 -j76 -N32 in
        od -An -v -tx1 -j252 -N76 in)" "$key lies on its image"
done

s=$data/samples/sen1floods11
experiment floods "$s" BUDGETS=6 CROP=32 GRID=8 \
    NET='unet --width 4 --depth 3 --bands 13 --classes 2'
is "$(seg-cat floods/train.st floods/test.st | seg-info -l | cut -f 2 | sort -u |
    wc -l)" 64 \
    "no tile is in both splits"
seg-import -q <<<floods/predicted/Spain_7370579.tif -o out.st
seg-import -q <<<"$s/Spain_7370579_S2Hand.tif" -o in.st
is "$("$root/tests/tensor.pl" --meta out.st seg.geo)" \
    "$("$root/tests/tensor.pl" --meta in.st seg.geo |
    sed -E 's/(nodata|metadata) .*//')" "the prediction lies where the scene lies"
if type gdalinfo >/dev/null 2>&1; then
    is "$(gdalinfo floods/predicted/Spain_7370579.tif | grep -E 'Origin|Pixel|Size is')" \
        "$(gdalinfo "$s/Spain_7370579_S2Hand.tif" | grep -E 'Origin|Pixel|Size is')" \
        "gdalinfo says so too"
else
    skip "gdalinfo says so too" "no gdalinfo"
fi
done_testing
