#!/usr/bin/env bash
# Frequent defects of datasets: labels off by one, out of range, half ignored,
# colored, of another size or place; ids instead of train ids; images other than
# three bands of 8 bits.  Each is refused before training, with a message that
# names file, pixel and value.
. "$(dirname "$0")/lib.sh"
tab=$'\t'
record() { "$root/tests/record.pl" "$@" | seg-cat; }

# gray NAME WxH NUMBERS: a PGM, of 16 bits if a number is above 255
gray()
{
    perl -e 'my ($size, @v) = @ARGV; my $max = 255; $_ > 255 and $max = 65535 for @v;
        $size =~ s/x/ /; binmode STDOUT;
        print "P5 $size $max\n", pack $max > 255 ? "n*" : "C*", @v' "${@:2}" >"$1"
}
# rgb NAME WxH COLORS: a PPM of colors rrggbb
rgb()
{
    perl -e 'my ($size, @v) = @ARGV; $size =~ s/x/ /; binmode STDOUT;
        print "P6 $size 255\n", map { pack "H6", $_ } @v' "${@:2}" >"$1"
}
# array NAME TYPE H,W NUMBERS: an npy file
array()
{
    perl -e 'my ($type, $shape, @v) = @ARGV;
        my %pack = ("<i2" => "s<*", "<f4" => "f<*", "<i4" => "l<*", "|u1" => "C*");
        my $h = "{\x27descr\x27: \x27$type\x27, \x27fortran_order\x27: False, " .
            "\x27shape\x27: ($shape), }\n";
        binmode STDOUT;
        print "\x93NUMPY\x01\x00", pack("v", length $h), $h, pack $pack{$type}, @v' \
        "${@:2}" >"$1"
}

# bad_import NAME PATTERN IMAGE LABEL OPTIONS: seg-import ends with 65 or 66, one
# line and no output
bad_import()
{
    local name=$1 pattern=$2 pair=$3$tab$4 status
    shift 4
    rm -f out.st
    seg-import "$@" -o out.st <<<"item$tab$pair" >.out 2>.err
    status=$?
    [[ $status = 6[56] && $(wc -l <.err) = 1 && ! -e out.st && $(<.err) =~ $pattern ]]
    ok $? "seg-import refuses $name"
    [[ $status = 6[56] && $(<.err) =~ $pattern ]] ||
        echo "#   $status: $(<.err), expected $pattern"
}
# bad_set NAME ROW STREAMS: the findings of seg-check include this one
bad_set()
{
    local name=$1 row=$2
    shift 2
    seg-check "$@" >.out 2>.err
    [ $? = 1 ] && grep -q "^${row// /$tab}" .out
    ok $? "seg-check finds $name"
    grep -q "^${row// /$tab}" .out || sed 's/^/#   /' .out .err
}

printf '0\t0\tground\t#000000\n1\t1\tdisc\t#ff0000\n2\t2\tbox\t#00ff00\n' >three.tsv
printf '0\t0\tground\n1\t1\tdisc\n' >two.tsv
gray i.pgm 3x2 10 20 30 40 50 60
gray good.pgm 3x2 0 1 2 0 1 2
seg-import -M three.tsv <<<"item${tab}i.pgm${tab}good.pgm" | seg-check >.out
ok $? "seg-check finds nothing in the sound dataset"

# ---- 1: off by one, out of range, half ignored ----

gray l.pgm 3x2 1 2 3 1 2 3
bad_import "classes counted from 1" 'l.pgm: value 3 at \(x 2, y 0\) is not.*\(2 pixels\)' i.pgm l.pgm -M three.tsv
gray l.pgm 3x2 0 1 2 255 255 0
bad_import "a value of 255 that is no class" 'l.pgm: value 255 at \(x 0, y 1\)' i.pgm l.pgm -M three.tsv
gray l.pgm 3x2 0 0 1 1 204 0
bad_import "204 in a set of two classes" 'l.pgm: value 204 at \(x 1, y 1\)' i.pgm l.pgm -M two.tsv
gray l.pgm 3x2 0 255 0 255 0 0
bad_import "a mask of 0 and 255 for one of 0 and 1" 'value 255 at \(x 1, y 0\)' i.pgm l.pgm -M two.tsv
gray l.pgm 3x2 0 128 255 0 128 255
bad_import "ids that are stretched to gray levels" 'value 128 at \(x 1, y 0\).*, nor 255 at \(x 2, y 0\)' i.pgm l.pgm -M three.tsv
gray l.pgm 3x2 0 127 254 0 1 2
bad_import "ids of which half are stretched to gray levels" 'value 127 at \(x 1, y 0\)' i.pgm l.pgm -M three.tsv
array l.npy '<i2' '2, 3' 0 -1 0 1 1 1
bad_import "-1 as the ignore value" 'l.npy: value -1 at \(x 1, y 0\)' i.pgm l.npy -M two.tsv
array l.npy '<i4' '2, 3' 0 1 0 100000 1 1
bad_import "a value of more than 16 bits" 'l.npy: value 100000 at \(x 0, y 1\)' i.pgm l.npy -M two.tsv
array l.npy '<f4' '2, 3' 0 1 0 0.5 1 1
bad_import "a label of 1.5" 'l.npy: value 0.5 at \(x 0, y 1\)' i.pgm l.npy -M two.tsv
array l.npy '<f4' '2, 3' 0 1 nan 1 1 1
bad_import "a label that is no number" 'l.npy: value -?nan at \(x 2, y 0\)' i.pgm l.npy -M two.tsv
array l.npy '<f4' '2, 3' 0 1 inf 1 1 1
bad_import "an infinite label" 'l.npy: value inf at \(x 2, y 0\)' i.pgm l.npy -M two.tsv
gray l.pgm 3x2 0 257 1 0 1 1
bad_import "ids multiplied by 257" 'l.pgm: value 257 at \(x 1, y 0\)' i.pgm l.pgm -M two.tsv
gray l.pgm 3x2 0 1000 2000 3000 1000 0
bad_import "instance ids as classes" 'value 1000 at \(x 1, y 0\) is not.*\(2 pixels\), nor 2000' i.pgm l.pgm -M two.tsv
cp i.pgm l.pgm
bad_import "the image as its own label image" 'l.pgm: value 10 at \(x 0, y 0\)' i.pgm l.pgm -M three.tsv
gray l.pgm 2x3 0 1 0 1 0 1
bad_import "a rotated label image" 'i.pgm: 3x2 pixels, its label l.pgm has 2x3' i.pgm l.pgm -M two.tsv
gray l.pgm 6x4 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1
bad_import "a label of twice the size" 'i.pgm: 3x2 pixels, its label l.pgm has 6x4' i.pgm l.pgm -M two.tsv
gray l.pgm 3x1 0 1 0
bad_import "a label image with a row too few" '3x2 pixels, its label l.pgm has 3x1' i.pgm l.pgm -M two.tsv
bad_import "a missing label image" 'gone.png: cannot open: No such' i.pgm gone.png -M two.tsv
: >empty.png
bad_import "an empty label image" 'empty.png: empty file' i.pgm empty.png -M two.tsv
bad_import "a text as a label image" 'two.tsv: not supported: a text file' i.pgm two.tsv -M two.tsv
bad_import "a photograph as a label image" 'gray.jpg: label image is JPEG' \
    "$root/tests/golden/gray.jpg" "$root/tests/golden/gray.jpg" -M two.tsv

# invalid label maps
gray l.pgm 3x2 0 1 0 1 0 1
bad_map()
{
    printf -- "$3" >bad.tsv
    bad_import "$1" "bad.tsv:?[0-9]*: $2" i.pgm l.pgm -M bad.tsv
}
bad_map "ids from 1" 'class 1 is defined but class 0 is not' '0\t1\ta\n1\t2\tb\n'
bad_map "a gap in the ids" 'class 2 is defined but class 1 is not' '0\t0\ta\n1\t2\tb\n'
bad_map "a value twice" 'value 0 occurs twice' '0\t0\ta\n0\t1\tb\n'
bad_map "a name twice" 'name a is taken' '0\t0\ta\n1\t1\ta\n'
bad_map "two names for a class" 'class 0 is b here and a before' '0\t0\ta\n1\t0\tb\n'
bad_map "255 as a class" 'id 255 is neither' '0\t0\ta\n1\t255\tb\n'
bad_map "-1 as an id" 'id -1 is neither' '0\t0\ta\n1\t-1\tb\n'
bad_map "all ignored" 'no class in the label map' '0\tignore\ta\n1\tignore\tb\n'
bad_map "commas for tabs" 'no tab: columns are separated by tabs, here there are commas' '0,0,a\n'
bad_map "columns in another order" 'value sky is not' 'sky\t0\t0\n'
bad_map "a header without #" 'value value is not' 'value\tid\tname\n0\t0\ta\n'

# defects that no single image shows
three='seg.classes=ground\tdisc\tbox'
record seg.key=a "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:255 >ignored.st
bad_set "a label image in which each pixel is ignored" 'ignored ignored.st a 0 0 255' ignored.st
bad_set "classes that never occur" 'empty ignored.st - - - 2' ignored.st
record seg.key=a "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,0,0,0,0,0 >one.st
bad_set "label images of one class" 'empty one.st - - - 1' one.st
record seg.key=a "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:255,0,1,255,0,1 >reduced.st
bad_set "a last class that vanished: zero was reduced twice" 'empty reduced.st - - - 2' reduced.st
record seg.key=a "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,1,2,3,0,1 >over.st
bad_set "a value above the classes" 'value over.st a 0 1 3' over.st
record seg.key=a "$three" seg.ignore=0 image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,1,2,255,0,1 >zero.st
bad_set "255 in a label image in which 0 is ignored" 'value zero.st a 0 1 255' zero.st
record seg.key=a image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,1,2,0,0,1 >raw.st
bad_set "labels that went through no map" 'classes raw.st a' raw.st
bad_set "fewer classes than the network has" 'empty raw.st - - - 3' --classes 4 raw.st
bad_set "more classes than the network has" 'value raw.st a 2 0 2' --classes 2 raw.st
record seg.key=b 'seg.classes=disc\tground\tbox' image=U8:2,3,1:1,2,3,4,5,7 label=U8:2,3:0,1,2,0,1,2 >order.st
record seg.key=a "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,1,2,0,1,2 >fine.st
bad_set "classes in another order in another split" 'classes order.st b' fine.st order.st
record seg.key=b "$three" image=U8:2,3,1:1,2,3,4,5,7 label=U8:3,2:0,1,2,0,1,2 >size.st
bad_set "a label image that was rotated" 'size size.st b - - \[3,2\]' size.st
record seg.key=b "$three" image=U8:2,3,1:1,2,3,4,5,7 label=U16:2,3:0,1,2,0,1,2 >wide.st
bad_set "a label of 16 bits" 'type wide.st b' wide.st
record seg.key=c "$three" image=U8:2,3,1:1,2,3,4,5,6 label=U8:2,3:0,1,2,0,1,2 >leak.st
bad_set "an image in the training and the test split" 'twice leak.st c' fine.st leak.st
cat fine.st leak.st >double.st
bad_set "an image twice" 'twice double.st c' double.st
seg-net unet --width 4 --depth 2 --bands 1 --classes 2 | seg-init -q -o net.st
status_is 65 "seg-finetune refuses a value above the number of classes" \
    seg-finetune -q -m net.st \
    --classes 2 -b 1 --steps 1 <(record seg.key=a image=U8:2,4,1:1 label=U8:2,4:0,1,1,0,0,1,2,0)
like "$(cat .err)" 'a: label: value 2 at \(x 2, y 1\) is neither a class' \
    "seg-finetune names record, value and pixel"

# ---- 2: palettes and colors ----

rgb l.ppm 3x2 000000 ff0000 00ff00 000000 ff0000 00ff00
bad_import "a colored label without a map" 'l.ppm: label image is colored' i.pgm l.ppm
bad_import "a colored label with a map that has no colors" 'l.ppm: color #000000 at .x 0, y 0.*no colors' i.pgm l.ppm -M two.tsv
rgb l.ppm 3x2 000000 0000ff 00ff00 000000 0000ff 00ff00
bad_import "red for blue" 'l.ppm: color #0000ff at \(x 1, y 0\).*\(2 pixels\)' i.pgm l.ppm -M three.tsv
rgb l.ppm 3x2 000000 7f0000 ff0000 000000 00ff00 0000fe
bad_import "colored labels with smoothed edges" 'color #7f0000 at \(x 1, y 0\).*, nor #0000fe at \(x 2, y 1\)' i.pgm l.ppm -M three.tsv
bad_import "smoothed edges with ambiguous colors" 'color #7f0000' i.pgm l.ppm -M three.tsv --near 60
rgb l.ppm 3x2 000000 fe0000 00ff00 000000 ff0000 00ff00
bad_import "a color that is nearly right" 'color #fe0000 at \(x 1, y 0\)' i.pgm l.ppm -M three.tsv
printf '0\t0\ta\t#ff0000\n1\t1\tb\t#ff0000\n2\t2\tc\t#000000\n' >same.tsv
rgb l.ppm 3x2 000000 ff0000 000000 000000 000000 000000
bad_import "a map with one color for two classes" 'color #ff0000 at \(x 1, y 0\) stands for several' i.pgm l.ppm -M same.tsv
rgb l.ppm 3x2 8c8c8c 000000 000000 000000 000000 000000
bad_import "colors of ADE20K that roads and skyscrapers share" '#8c8c8c at \(x 0, y 0\) stands for several' i.pgm l.ppm -M ade20k
printf 'P7\nWIDTH 3\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n' >l.pam
perl -e 'print pack "N*", 0xff0000ff, 0x000000ff, 0x00000000, (0xff) x 3' >>l.pam
bad_import "a label image with transparent pixels" 'l.pam: alpha 0 at \(x 2, y 0\)' i.pgm l.pam -M three.tsv
printf 'P7\nWIDTH 3\nHEIGHT 2\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\0\377\0\377\0\377\0\377\0\377\0\377' >l.pam
bad_import "a label image of gray with alpha" 'l.pam: label image of 2 channels' i.pgm l.pam -M three.tsv
perl -e 'print "P6 3 2 65535\n", "\0" x 36' >l.ppm
bad_import "a label image of colors of 16 bits" 'l.ppm: label image of 3 channels, U16' i.pgm l.ppm -M three.tsv
perl -e 'print "P7\nWIDTH 3\nHEIGHT 2\nDEPTH 5\nMAXVAL 255\nTUPLTYPE X\nENDHDR\n", "\0" x 30' >l.pam
bad_import "a stack of masks" 'l.pam: label image of 5 channels' i.pgm l.pam -M three.tsv
# a palette in another order than the map: by index, and by color
record seg.key=p 'seg.classes=disc\tground\tbox' 'seg.palette=#ff0000,#000000,#00ff00' \
    label=U8:2,3:1,0,2,1,0,2 | seg-export -d palette
printf '1\t0\tdisc\t#ff0000\n2\t1\tground\t#000000\n3\t2\tbox\t#00ff00\n' >order.tsv
bad_import "a palette whose indices are other classes" 'p.png: ' i.pgm palette/p.png -M order.tsv
seg-import -M order.tsv --label-colors <<<"item${tab}i.pgm${tab}palette/p.png" -o by.st
is "$("$root/tests/tensor.pl" by.st label | od -An -tu1 | xargs)" \
    "1 0 2 1 0 2" "an image with other colors in its palette is imported by color"
printf '1\t0\ta\t#123456\n' >other.tsv
bad_import "a palette with the colors of another map" 'p.png: color #000000 at \(x 0, y 0\)' i.pgm palette/p.png -M other.tsv --label-colors
rgb l.ppm 3x2 7f7f7f 000000 000000 000000 000000 000000
for map in camvid cityscapes gta5 voc; do
    bad_import "gray, which is no class of $map" 'color #7f7f7f at \(x 0, y 0\)' i.pgm l.ppm -M $map
done

# ---- 3: ids and train ids ----

gray l.pgm 3x2 0 5 18 255 2 1
bad_import "train ids for ids" 'l.pgm: value 255 at \(x 0, y 1\)' i.pgm l.pgm -M cityscapes
gray l.pgm 3x2 7 26 33 24 11 21
bad_import "ids for train ids" 'l.pgm: value 26 at \(x 1, y 0\)' i.pgm l.pgm -M cityscapes-train
gray l.pgm 3x2 7 34 33 24 11 21
bad_import "GTA5 for Cityscapes" 'l.pgm: value 34 at \(x 1, y 0\)' i.pgm l.pgm -M cityscapes
gray l.pgm 3x2 1 151 0 150 2 3
bad_import "ADE20K of more classes" 'l.pgm: value 151 at \(x 1, y 0\)' i.pgm l.pgm -M ade20k
gray l.pgm 3x2 1 21 0 20 2 3
bad_import "VOC of more classes" 'l.pgm: value 21 at \(x 1, y 0\)' i.pgm l.pgm -M voc
gray l.pgm 3x2 1 12 0 11 2 3
bad_import "CamVid of 12 classes" 'l.pgm: value 12 at \(x 1, y 0\)' i.pgm l.pgm -M camvid
gray l.pgm 3x2 7 26 33 24 11 0
seg-import -M cityscapes <<<"item${tab}i.pgm${tab}l.pgm" -o city.st
seg-export -d ids city.st
bad_import "a label map that was applied already" 'ids/item.png: its values are class ids: a label map was applied already' \
    i.pgm ids/item.png -M cityscapes
bad_import "another label map than the one that was applied" 'ids/item.png: its values are class ids' i.pgm ids/item.png -M ade20k
seg-import -M cityscapes-train <<<"item${tab}i.pgm${tab}ids/item.png" -o again.st
seg-diff -i seg.ids city.st again.st
ok $? "a label map that changes nothing may be applied twice"
seg-export -M cityscapes -d back city.st 2>.err
like "$(cat .err)" 'cityscapes: 16 values stand for ignore: 0 is written' \
    "seg-export reports values that it had to choose"
seg-import -M cityscapes <<<"item${tab}i.pgm${tab}back/item.png" | seg-diff city.st -
ok $? "exported and imported labels are unchanged"
seg-export -q --rgb -M cityscapes -d colors city.st
seg-import -M cityscapes <<<"item${tab}i.pgm${tab}colors/item.png" | seg-diff city.st -
ok $? "labels exported as colors are imported unchanged"
status_is 65 "seg-export refuses classes that the map does not have" \
    seg-export -M two.tsv -d none city.st
like "$(cat .err)" 'item: class [0-9]+ at .x [0-9]+, y [0-9]+. has no value' \
    "seg-export names the class that the map does not have"

# ---- 4: 16 bits, many bands ----

two='seg.classes=ground\tdisc'
label=label=U8:2,3:0,1,0,1,0,1
record seg.key=gray "$two" image=U8:2,3,1:1,2,3,4,5,6 $label >a.st
record seg.key=rgb "$two" image=U8:2,3,3:1,2,3,4,5,6,7,8,9,9,8,7,6,5,4,3,2,1 $label >b.st
bad_set "gray images among colored ones" 'bands b.st rgb - - 3' a.st b.st
record seg.key=deep "$two" image=U16:2,3,1:1000,2000,3000,4,5,6 $label >c.st
bad_set "images of 16 bits among images of 8" 'type c.st deep - - U16' a.st c.st
record seg.key=float "$two" image=F32:2,3,1:0.1,0.2,0.3,0.4,0.5,0.6 $label >d.st
bad_set "values from 0 to 1 among values from 0 to 255" 'type d.st float - - F32' a.st d.st
record seg.key=signed "$two" image=I16:2,3,1:-1024,0,1,2,3,4 $label >e.st
bad_set "Hounsfield units among gray levels" 'type e.st signed - - I16' a.st e.st
record seg.key=alpha "$two" image=U8:2,3,4:1,2,3,255,4,5,6,255,7,8,9,255,1,2,3,255,4,5,6,255,7,8,8,255 $label >f.st
bad_set "images with alpha among images without" 'bands f.st alpha - - 4' b.st f.st
record seg.key=hole "$two" image=F32:2,3,2:1,2,3,4,nan,6,7,8,9,10,11,12 $label >g.st
bad_set "nan as nodata" 'nan g.st hole 2 0 nan' g.st
record seg.key=inf "$two" image=F32:2,3,2:1,2,3,4,5,6,7,8,9,-inf,11,12 $label >h.st
bad_set "-inf" 'nan h.st inf 1 1 -inf' h.st
status_is 65 "seg-predict refuses 13 bands for a network of 3" \
    seg-predict -m <(seg-net unet --width 4 --depth 2 |
    seg-init -q) <(record seg.key=ms image=U16:8,8,13:1)
like "$(cat .err)" 'ms: image is \[8,8,13\] u16; the network takes \[height,width,3\]' \
    "seg-predict names both numbers of bands"
record seg.key=w 'seg.classes=a\tb' label=U16:2,3:1 pred=U8:2,3:1 image=U8:2,3,1:1 >wide.st
for p in seg-stat "seg-subset --stratify -n 1" seg-score "seg-view --tensor label" "seg-export -M two.tsv -t label"; do
    status_is 65 "$p refuses a label image of 16 bits" $p wide.st
    like "$(cat .err)" ': w: tensor label is \[2,3\] u16, expected \[H,W\] u8$' \
        "$p: the message about 16 bits is the same in all programs"
done
# an image and a label image at different places, a rotated photograph
geo() { record seg.key=$1 "seg.geo=scale 10,10,0\ntie 0,0,0,$2,0\n" image=U8:2,3,1:$3 | seg-export -t image -d geo; }
geo i 500000,4100000 1,2,3,4,5,6
geo l 500015,4100000 0,1,0,1,0,1
seg-import -q -M two.tsv <<<"item${tab}geo/i.tif${tab}geo/l.tif" -o apart.st 2>.err
like "$(cat .err)" 'geo/i.tif: its label geo/l.tif is 1.5 pixels away' \
    "seg-import warns of a shifted label image"
bad_set "a shifted label image" 'place apart.st item 0 0 1.5' apart.st
geo l 500000,4100010 0,1,0,1,0,1
seg-import -q -M two.tsv <<<"item${tab}geo/i.tif${tab}geo/l.tif" -o apart.st 2>.err
bad_set "a label image that is shifted by one row" 'place apart.st item 0 0 1' apart.st
seg-import -q <<<"$root/tests/golden/turned.jpg" -o turned.st 2>.err
like "$(cat .err)" 'turned.jpg: the image is rotated by EXIF' \
    "seg-import warns of a rotated photograph"
bad_set "a rotated photograph" 'exif turned.st turned - - orientation=6' turned.st
if [ -n "$data" ]; then
    b=$data/samples/brain_atlas
    bad_import "a label image with another geometry" 'ch2.nii.gz: 181 pages, its label .*JHU.* has 182' \
        "$b/ch2.nii.gz" "$b/JHU-WhiteMatter-labels-1mm.nii.gz"
    seg-import -q <<<"v$tab$b/ch2.nii.gz$tab$b/aal.nii.gz" -o out.st 2>.err
    is "$?$(<.err)" 0 "seg-import does not warn of a label image with the same geometry"
else
    skip "seg-import does not warn of a label image with the same geometry" "no ../shared/data"
fi
done_testing
