#!/bin/bash
# TIFF and GeoTIFF: real pictures in and out, held against other programs.
. "$(dirname "$0")/lib.sh"
tensor() { "$root/tests/tensor.pl" "$@"; }

if [ -z "$data" ]; then
    skip "a 13-band chip and its tags" "no ../shared/data"
    skip "sections of 1024 x 1024" "no ../shared/data"
    done_testing
    exit
fi

# ---- a satellite's chip: 13 bands i16 in planes and tiles, floats, a label ----

s=$data/samples/sen1floods11
ls "$s"/*.tif | seg-import -o a.st
ok $? "three GeoTIFFs come in"
seg-export -t image -d out a.st
ok $? "and go out"
ls out/*.tif | seg-import -o b.st
seg-diff a.st b.st
ok $? "and come in again the same: pixels, tags, metadata"
seg-export -t image --tile 128 -d tiles a.st
ls tiles/*.tif | seg-import -o b.st
seg-diff a.st b.st
ok $? "from tiles too"
seg-import --size 256x128 -o c.st <<<"$s/Spain_7370579_S1Hand.tif"
like "$(tensor --meta c.st seg.geo)" \
    'scale 0.0001796630568239043,0.0003593261136478086,0.ntie 0,0,0,' \
    "--size: pixels grow on the ground"
seg-sample --crop 64 --grid -o p.st a.st
seg-export -t image -d patches p.st
ok $? "patches go out"

l=$s/Spain_7370579_LabelHand.tif
printf 'k\t%s\t%s\n' "$s/Spain_7370579_S2Hand.tif" "$l" >m.tsv
seg-import -m "$s/labels.tsv" -o k.st m.tsv
ok $? "labels below 0 are in a label map"
seg-export -m "$s/labels.tsv" -d back k.st
printf 'k\t%s\tback/k.tif\n' "$s/Spain_7370579_S2Hand.tif" >m.tsv
seg-import -m "$s/labels.tsv" -o j.st m.tsv
seg-diff k.st j.st
ok $? "and come out as they were"
echo "$l" | seg-import -o a.i && echo back/k.tif | seg-import -o b.i
tensor a.i image >want
tensor b.i image | cmp -s - want
ok $? "value for value"

# what FILE: all that gdalinfo says of places and values
what()
{
    gdalinfo -checksum "$1" | grep -E \
        'Origin|Pixel Size|^ +ID\[|Checksum|Description|NoData|(Upper|Lower) (Left|Right)'
}
if type gdalinfo gdal_translate >/dev/null 2>&1; then
    for f in "$s"/*.tif; do
        n=$(basename "$f")
        is "$(what "out/$n")" "$(what "$f")" "gdalinfo sees the same in $n"
        gdal_translate -q -srcwin 128 64 64 64 "$f" win.tif
        is "$(what "patches/${n%.tif}@64,128.tif")" "$(what win.tif)" \
            "and in a patch of it"
    done
else
    skip "gdalinfo sees the same" "no gdalinfo"
fi
if type tiffinfo >/dev/null 2>&1; then
    for f in out/*.tif tiles/*.tif; do
        tiffinfo -D "$f" >info 2>err
        ok $? "tiffinfo reads all of $f"
        is "$(grep -v 'Unknown field' err)" "" "and has no complaint"
    done
else
    skip "tiffinfo reads all" "no tiffinfo"
fi

# ---- a microscope's sections: deflate with a predictor, LZW ----

v=$data/vnc_em
head -n 2 "$v/splits/train.txt" >two
seg-import -m "$v/labels.tsv" --images "$v/images" --labels "$v/labels" \
    --list two -o a.st
ok $? "sections of 1024 x 1024"
is "$(tensor --shape a.st image) $(tensor --shape a.st label)" \
    "U8 1024,1024,1 U8 1024,1024" "image and label"
seg-export -m "$v/labels.tsv" -f tiff -d vl a.st
seg-export -t image -f tiff -d vi a.st
seg-import -m "$v/labels.tsv" --images vi --labels vl --list two -o b.st
seg-diff a.st b.st
ok $? "out and in again the same"
done_testing
