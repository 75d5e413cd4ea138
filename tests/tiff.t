#!/bin/bash
# TIFF and GeoTIFF: real images are imported, exported and compared with other
# programs.
. "$(dirname "$0")/lib.sh"
tensor() { "$root/tests/tensor.pl" "$@"; }

# ---- files of other programs ----

# tiff BYTES TAGS: a little-endian TIFF, both in Perl; a tag is [number, type, values]
tiff()
{
    perl -e 'my ($bytes, @tags) = (eval $ARGV[0], eval $ARGV[1]); binmode STDOUT;
        my %size = (2, 1, 3, 2, 4, 4, 16, 8); my $at = 8 + length $bytes;
        my ($dir, $more) = (pack("v", scalar @tags), ""); my $end = $at + 6 + 12 * @tags;
        for my $t (@tags) {
            my ($tag, $type, @v) = @$t;
            my $d = $type == 2 ? "$v[0]\0"
                : pack({3, "v*", 4, "V*", 16, "Q<*"}->{$type}, @v);
            my $n = length($d) / $size{$type};
            $dir .= pack("vvV", $tag, $type, $n) . (length $d > 4
                ? pack("V", $end + length $more) : pack("a4", $d));
            $more .= $d if length $d > 4;
        }
        print "II*\0", pack("V", $at), $bytes, $dir, pack("V", 0), $more' "$1" "$2"
}
size='[256, 3, 6], [257, 3, 4]'
gray='[258, 3, 8], [259, 3, 1], [262, 3, 1]'
strip='[273, 4, 8], [277, 3, 1], [278, 3, 4], [279, 4, 24]'

tiff 'join "", map { chr($_) x 24 } 10, 20, 30, 40, 50' "$size, $gray,
    [270, 2, qq{ImageJ=1.53t\nimages=5\nslices=5\n}], $strip" >stack.tif
echo stack.tif | seg-import -o stack.st 2>err
is "$(seg-info --tensors stack.st | cut -f 2,4,6 | tr '\t\n' ' ,')" \
    "stack@0 [4,6,1] u8 10,stack@1 [4,6,1] u8 20,stack@2 [4,6,1] u8 30,stack@3 [4,6,1] u8 40,stack@4 [4,6,1] u8 50," \
    "an ImageJ stack in one directory has all its slices"
is "$(<err)" "" "an ImageJ stack is not warned of"
printf 'k\tstack.tif\tstack.tif\n' | seg-import | seg-info --tensors | grep -c 'label' >count
is "$(<count)" 5 "an ImageJ stack of label images is read"
status_is 65 "an ImageJ stack is refused as a scene" seg-import --strip 2 <<<stack.tif
like "$(<.err)" "stack.tif: 5 pages; a scene in strips has one" \
    "the pages of the refused stack are named"
sed 's/images=5/images=9/' stack.tif >more.tif
status_is 65 "a stack with fewer images than its header is refused" \
    seg-import <<<more.tif
is "$(<.err)" "seg-import: more.tif: TIFF with at most 5 of the 9 images that its ImageDescription (tag 270) promises" \
    "the images of the stack are counted"

tiff 'pack "q<24", map { $_ % 3 } 0 .. 23' "$size, [258, 3, 64], [259, 3, 1],
    [262, 3, 1], [273, 4, 8, 56, 104, 152], [277, 3, 1], [278, 3, 1],
    [279, 4, 48, 48, 48, 48], [339, 3, 2]" >int64.tif
tiff 'chr(7) x 24' "$size, $gray, $strip" >image.tif
printf '%s\t%s\tc%s\n' 0 0 0 1 1 1 2 2 2 >three.tsv
printf 'k\timage.tif\tint64.tif\n' >m.tsv
for how in "" "--strip 1"; do
    is "$(seg-import -M three.tsv $how m.tsv | seg-stat | awk '/^class/ { print $4 }' | xargs)" \
        "8 8 8" "labels of 64 bits are read ${how:-at once}"
done

tiff 'chr(9) x 6' "$size, $gray, [273, 4, 0, 8, 0, 0], [277, 3, 1], [278, 3, 1],
    [279, 4, 0, 6, 0, 0], [42113, 2, q(77)]" >sparse.tif
for how in "" "--strip 1"; do
    echo sparse.tif | seg-import $how -o sparse.st
    is "$(numbers sparse.st image | uniq -c | xargs)" "6 77 6 9 12 77" \
        "strips without data have GDAL_NODATA, ${how:-at once}"
done

tiff 'chr(7) x 24' "$size, $gray, [274, 3, 0], $strip" >turned.tif
for how in "" "--strip 2"; do
    echo turned.tif | seg-import $how -o t.st 2>err
    like "$(<err)" '^seg-import: warning: turned.tif: odd TIFF: Bad value 0 for "Orientation" tag$' \
        "an orientation of 0 is warned of and read, ${how:-at once}"
done

# ---- alpha ----

rgba='[258, 3, 8, 8, 8, 8], [259, 3, 1], [262, 3, 2], [273, 4, 8], [277, 3, 4], [278, 3, 4], [279, 4, 96]'
for kind in 0 1 2; do
    tiff 'join "", map { chr } 1 .. 96' "$size, $rgba, [338, 3, $kind]" >rgba.tif
    for how in "" "--strip 4"; do
        echo rgba.tif | seg-import $how 2>/dev/null | seg-export -t image -f tiff -d alpha
        echo alpha/rgba.tif | seg-import -o back.st
        is "$(tensor --meta back.st seg.alpha)" \
            "$(echo none associated unassociated | cut -d ' ' -f $((kind + 1)))" \
            "ExtraSamples $kind is exported and imported ${how:-at once}"
        echo rgba.tif | seg-import --channels 3 | seg-export -t image -f tiff -d alpha
        echo alpha/rgba.tif | seg-import -o back.st
        is "$(tensor --meta back.st seg.alpha)" "" \
            "--channels 3 removes ExtraSamples $kind ${how:-at once}"
    done
done
printf 'P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n12345678' >a.pam
echo a.pam | seg-import | seg-export -t image -f tiff -d alpha
echo alpha/a.tif | seg-import -o back.st
is "$(tensor --meta back.st seg.alpha)" unassociated \
    "four channels of another format are exported as RGB and alpha"

if [ -z "$data" ]; then
    skip "GeoTIFFs of 13 bands are imported" "no ../shared/data"
    skip "sections of 1024 x 1024 are imported" "no ../shared/data"
    done_testing
    exit
fi

# ---- satellite images: 13 bands of i16 in planes and tiles, floats, a label ----

s=$data/samples/sen1floods11
ls "$s"/*.tif | seg-import -o a.st
ok $? "three GeoTIFFs are imported"
seg-export -t image -d out a.st
ok $? "three GeoTIFFs are exported"
ls out/*.tif | seg-import -o b.st
seg-diff a.st b.st
ok $? "exported GeoTIFFs are imported with the same pixels, tags, metadata"
seg-export -t image --tile 128 -d tiles a.st
ls tiles/*.tif | seg-import -o b.st
seg-diff a.st b.st
ok $? "tiled GeoTIFFs are imported like those in strips"
seg-import --size 256x128 -o c.st <<<"$s/Spain_7370579_S1Hand.tif"
like "$(tensor --meta c.st seg.geo)" \
    'scale 0.0001796630568239043,0.0003593261136478086,0.ntie 0,0,0,' \
    "--size: the pixel size of seg.geo changes"
seg-sample --crop 64 --regular -o p.st a.st
seg-export -t image -d patches p.st
ok $? "patches of a GeoTIFF are exported"

l=$s/Spain_7370579_LabelHand.tif
printf 'k\t%s\t%s\n' "$s/Spain_7370579_S2Hand.tif" "$l" >m.tsv
seg-import -M "$s/labels.tsv" -o k.st m.tsv
ok $? "labels below 0 are accepted by a label map"
seg-export -M "$s/labels.tsv" -d back k.st
printf 'k\t%s\tback/k.tif\n' "$s/Spain_7370579_S2Hand.tif" >m.tsv
seg-import -M "$s/labels.tsv" -o j.st m.tsv
seg-diff k.st j.st
ok $? "labels below 0 are exported"
echo "$l" | seg-import -o a.i && echo back/k.tif | seg-import -o b.i
tensor a.i image >want
tensor b.i image | cmp -s - want
ok $? "labels below 0 are exported unchanged"

# what FILE: georeference and values from gdalinfo
what()
{
    gdalinfo -checksum "$1" | grep -E \
        'Origin|Pixel Size|^ +ID\[|Checksum|Description|NoData|(Upper|Lower) (Left|Right)'
}
if type gdalinfo gdal_translate >/dev/null 2>&1; then
    for f in "$s"/*.tif; do
        n=$(basename "$f")
        is "$(what "out/$n")" "$(what "$f")" \
            "gdalinfo reads the same from the exported $n"
        gdal_translate -q -srcwin 128 64 64 64 "$f" win.tif
        is "$(what "patches/${n%.tif}@64,128.tif")" "$(what win.tif)" \
            "gdalinfo reads the same from a patch of $n"
    done
else
    skip "gdalinfo reads the same from exported GeoTIFFs" "no gdalinfo"
fi
if type tiffinfo >/dev/null 2>&1; then
    for f in out/*.tif tiles/*.tif; do
        tiffinfo -D "$f" >info 2>err
        ok $? "tiffinfo reads all of $f"
        is "$(grep -v 'Unknown field' err)" "" "tiffinfo has no complaint about $f"
    done
else
    skip "tiffinfo reads exported TIFFs" "no tiffinfo"
fi

# ---- sections of a microscope: deflate with a predictor, LZW ----

v=$data/vnc_em
head -n 2 "$v/splits/train.txt" >two
seg-import -M "$v/labels.tsv" --images "$v/images" --labels "$v/labels" \
    --keys two -o a.st
ok $? "sections of 1024 x 1024 are imported"
is "$(tensor --shape a.st image) $(tensor --shape a.st label)" \
    "U8 1024,1024,1 U8 1024,1024" "sections of 1024 x 1024: shapes of image and label"
seg-export -M "$v/labels.tsv" -f tiff -d vl a.st
seg-export -t image -f tiff -d vi a.st
seg-import -M "$v/labels.tsv" --images vi --labels vl --keys two -o b.st
seg-diff a.st b.st
ok $? "sections of 1024 x 1024 are exported and imported unchanged"
done_testing
