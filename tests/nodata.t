#!/usr/bin/env bash
# Nodata, from GeoTIFF to score: declared as any value of any type, or numbers that
# are not finite and not declared.
. "$(dirname "$0")/lib.sh"
tab=$'\t'
tiff() { perl "$root/tests/geotiff.pl" "$@"; }
record() { "$root/tests/record.pl" "$@" | seg-cat; }
# band FILE: pixels, mean, minimum and maximum of each band
band() { seg-stat "$@" 2>.err | awk -F'\t' '$1 == "band" { printf "%s %.4g %s %s;", $4, $5, $7, $8 }'; }
# count FILE TENSOR: the frequency of each value
count() { numbers "$1" "$2" | sort -n | uniq -c | awk '{ printf "%s:%s ", $2, $1 }'; }

printf '0\t0\tground\n1\t1\tdisc\n' >map.tsv
wave='$x % 4 + $y % 3'
tiff label.tif size=16x12 value='$x > 7'
# scene NAME TYPE NODATA VALUE: 16 x 12 x 2, the first 3 rows are nodata
scene()
{
    tiff "$1.tif" size=16x12 bands=2 type="$2" nodata="$3" value="\$y < 3 ? $4 : $wave + \$b + 1"
    printf 'k\t%s.tif\tlabel.tif\n' "$1" | seg-import -q -M map.tsv -o "$1.st"
}

# ---- images: declarations ----

data='144 3.5 1 6;144 4.5 2 7;'
declared=()
while read -r name type nodata value; do
    scene "$name" "$type" "$nodata" "$value"
    is "$(band "$name.st")" "$data" \
        "$type with nodata $nodata: statistics leave out nodata"
    is "$(cat .err)" "" "$type with nodata $nodata: there is no warning"
    is "$(count "$name.st" label)" "0:72 1:72 255:48 " \
        "$type with nodata $nodata: labels of nodata are ignored"
    declared+=("$name.st")
done <<'END'
minus f32 -9999 -9999
blank f32 -9999.0 -9999
nan f32 nan nan
least f32 -3.4028235e+38 -3.4028234663852886e38
short f32 -3.4e38 -3.4028234663852886e38
minint i32 -2147483648 -2147483648
i16 i16 -32768 -32768
byte u8 255 255
zero u16 0 0
END
is "$(seg-info --meta seg.nodata minus.st)" "-9999" \
    "seg.nodata has the value of GDAL_NODATA"
is "$(seg-info --meta seg.nodata nan.st)" "nan" "seg.nodata has nan"
tiff none.tif size=4x4 nodata=none value=7
is "$(echo none.tif | seg-import | seg-info --meta seg.nodata)" "" \
    "GDAL_NODATA with another word is ignored"
record seg.key=k seg.nodata=many image=U8:2,2,1:1 >bad.st
for p in seg-stat seg-check "seg-sample --crop 2" seg-augment; do
    status_is 65 "$p refuses a seg.nodata that is no number" $p bad.st
    like "$(cat .err)" "k: seg.nodata: a number or nan expected, seen many" \
        "$p names the seg.nodata that is no number"
done

# nodata in one band is enough, except for the values of black and saturated pixels
record seg.nodata=-9999 image=I16:1,3,2:1,2,-9999,3,5,6 >one.st
is "$(band one.st)" "2 3 1 5;2 4 2 6;" \
    "statistics of a band leave out nodata of that band only"
record seg.nodata=0 image=U8:1,3,2:1,2,0,3,0,0 >black.st
is "$(band black.st)" "2 0.5 0 1;2 2.5 2 3;" "a 0 in one of two bands is data"

# declared by --nodata, or not declared
tiff plain.tif size=16x12 bands=2 type=i16 value="\$y < 3 ? -9999 : $wave + \$b + 1"
is "$(echo plain.tif | seg-import --nodata -9999 | band)" "$data" \
    "--nodata declares a value"
is "$(echo plain.tif | seg-import | band)" "192 -2497 -9999 6;192 -2496 -9999 7;" \
    "without --nodata all values are data"
is "$(echo zero.tif | seg-import --nodata none | band)" "192 2.625 0 6;192 3.375 0 7;" \
    "--nodata none: all values are data"
is "$(echo zero.tif | seg-import --nodata 7 | band)" "180 2.4 0 5;180 3.133 0 6;" \
    "--nodata replaces the declaration of the file"
status_is 64 "--nodata of a word is refused" seg-import --nodata many <<<plain.tif
printf 'P5 2 1 255\n\7\11' >a.pgm
is "$(echo a.pgm | seg-import --nodata 7 | band)" "1 9 9 9;" \
    "--nodata applies to PGM, too"

# ---- labels ----

tiff image.tif size=16x12 rows=4 value='$x'
while read -r type nodata value; do
    tiff l.tif size=16x12 rows=2 type="$type" nodata="$nodata" value="\$y < 3 ? $value : \$x > 7"
    printf 'k\timage.tif\tl.tif\n' >l.tsv
    is "$(seg-import -M map.tsv l.tsv -o l.st && count l.st label)" "0:72 1:72 255:48 " \
        "labels of $type with nodata $nodata are ignored"
    seg-import --strip 4 -M map.tsv l.tsv -o s.st
    is "$(seg-stat s.st | grep "^ignored\|^images" | xargs)" "ignored 255 - 48 1 images 3" \
        "labels of $type with nodata $nodata are ignored in strips"
    seg-import -M <(cat map.tsv; printf 'nodata\t2\tcloud\n') l.tsv -o l.st
    is "$(count l.st label)" "0:72 1:72 2:48 " \
        "labels of $type with nodata $nodata are a class if the map has it"
done <<'END'
f32 nan nan
f32 -3.4028235e+38 -3.4028234663852886e38
i32 -2147483648 -2147483648
i16 -32768 -32768
u8 200 200
f32 -9999 -9999
END
tiff l.tif size=16x12 type=u8 nodata=1 value='$x > 7'
is "$(seg-import -M map.tsv l.tsv -o l.st && count l.st label)" "0:96 1:96 " \
    "a nodata value that the map has is a class"
tiff l.tif size=16x12 type=f32 nodata=nan value='$y < 3 ? nan : $x > 7'
is "$(seg-import l.tsv -o l.st && count l.st label)" "0:72 1:72 255:48 " \
    "without a map, nodata of a label image is 255"
tiff l.tif size=16x12 type=f32 value='$y < 3 ? nan : $x > 7'
status_is 65 "an undeclared nan in a label image is refused" seg-import -M map.tsv l.tsv
like "$(cat .err)" "l.tif: value -?nan at \(x 0, y 0\) is no label" \
    "pixel and value of the undeclared nan are named"
is "$(seg-import -M <(cat map.tsv; printf 'nodata\tignore\n') l.tsv -o l.st && count l.st label)" \
    "0:72 1:72 255:48 " "a map with a row nodata accepts nan"
status_is 65 "a map with two rows nodata is refused" \
    seg-import -M <(cat map.tsv; printf 'nodata\tignore\nnodata\tignore\n') l.tsv
like "$(cat .err)" ":4: nodata occurs twice" "the second row nodata is named"
tiff l.tif size=16x12 type=f32 nodata=nan value='$y < 3 ? 2.5 : $x > 7'
status_is 65 "2.5 in a label image is refused" seg-import -M map.tsv l.tsv

# ---- programs that compute with pixels ----

seg-net unet --width 4 --depth 2 --bands 2 --classes 2 >net.txt
# through NAME: a model and a prediction from a scene, with options $norm
through()
{
    mkdir -p "run/$1" && (
        cd "run/$1" && cp "../../$1.st" in.st &&
        seg-stat -p 1,99 in.st | grep -v levels >stat.tsv &&
        seg-stat -p 1,99 in.st >levels.tsv &&
        seg-init -q -s 1 $norm ../../net.txt -o init.st &&
        seg-sample --crop 12 -n 16 -s 2 --scale 0.6,1.5 --flip hv --intensity in.st |
            seg-augment -s 3 --color 0.5 --blur 0.5 --noise 0.2 --cutout 0.5 --gray 0.1 |
            seg-finetune -q -j 1 -m init.st -b 4 --steps 4 -o model.st &&
        seg-predict -q -j 1 -m model.st --emit labels,probs,confidence in.st -o pred.st &&
        seg-predict -q -j 1 -m model.st --scales 0.5,1 --flip h in.st -o views.st &&
        seg-predict -q -j 1 -m model.st --window 8x8 in.st -o windows.st
    )
}
for norm in "--stat levels.tsv" "--normalize record" "--normalize range --clip-percent 2"; do
    through minus && through nan && through least
    ok $? "a model is trained on scenes with nodata: $norm"
    for other in nan least; do
        same run/minus/stat.tsv run/$other/stat.tsv \
            "$norm: nodata as $other gives the same statistics"
        same run/minus/model.st run/$other/model.st \
            "$norm: nodata as $other gives the same model"
        for p in pred views windows; do
            seg-diff -i seg.nodata -i seg.geo run/minus/$p.st run/$other/$p.st >/dev/null
            ok $? "$norm: nodata gives the same prediction, $p"
        done
    done
done
for p in pred views windows; do
    is "$(numbers run/nan/$p.st pred | head -n 48 | sort -u)" 255 \
        "$norm: nodata is 255 in the prediction, $p"
    is "$(numbers run/nan/$p.st pred | tail -n 144 | grep -c 255)" 0 \
        "$norm: no data pixel is 255 in the prediction, $p"
done
is "$(numbers run/nan/pred.st probs | head -n 96 | sort -u)" 0 \
    "probabilities of nodata are 0"
is "$(numbers run/nan/pred.st confidence | head -n 48 | sort -u)" 0 \
    "the confidence of nodata is 0"
seg-init -q --mean 3.5 --std 1.7 net.txt -o init.st
seg-pretrain -q -j 1 -m init.st -b 2 --steps 2 --embedding 8 -o pre.st < <(
    seg-sample --crop 12 -n 8 nan.st | seg-augment --views 2 --color 0.5)
ok $? "seg-pretrain accepts nodata"
seg-finetune -q -j 1 -m init.st -b 1 --steps 2 --valid nan.st --log log.tsv -o m.st < <(
    seg-sample --crop 12 -n 2 nan.st)
ok $? "seg-finetune --valid accepts nodata"
seg-predict -q -m init.st minus.st -o p.st 2>.err
is "$(cat .err)" "" "nodata does not cause a warning about units"

# other data gives another model, so the comparison above can fail
scene other f32 -9999 -9998
norm="--normalize record" through other
cmp -s run/minus/model.st run/other/model.st
is $? 1 "the same pixels without a declaration give another model"

# patches, augmented views, smaller images
tiff edge.tif size=8x1 type=f32 nodata=-9999 value='$x < 4 ? -9999 : 8'
seg-import --size 4x1 -o small.st <<<edge.tif
is "$(numbers small.st image | xargs)" "-9999 -9999 -9999 8" \
    "--size: four pixels with nodata give nodata"
tiff edge_label.tif size=8x1 value=1
seg-import --size 4x1 -o small.st <<<"k${tab}edge.tif${tab}edge_label.tif"
is "$(numbers small.st label | xargs)" "255 255 255 1" \
    "--size: the label of nodata is ignored"
seg-import --size 16x1 -o large.st <<<edge.tif
is "$(numbers large.st image | uniq -c | xargs)" "9 -9999 7 8" \
    "--size: enlarging does not blend nodata"
seg-sample --crop 12x1 --scale 1 -n 1 -o padded.st < <(seg-import <<<edge.tif)
is "$(numbers padded.st image | sort -n | uniq -c | xargs)" "4 -9999 8 8" \
    "padding is the mean of the pixels that are data"
record seg.nodata=0 image=U8:1,4,1:0,1,1,200 >dark.st
seg-augment --color 2 --noise 50 -s 3 dark.st -o dark2.st
is "$(numbers dark2.st image | head -n 1)" 0 "seg-augment does not change nodata"
is "$(numbers dark2.st image | tail -n 3 | grep -cx 0)" 0 \
    "seg-augment does not make nodata"
seg-sample --crop 4 --regular --flip none nan.st | seg-info --meta seg.nodata | sort -u >flags
is "$(cat flags)" nan "patches have the declaration of their image"
seg-sample --crop 4 -n 8 --flip hv nan.st | seg-info --meta seg.nodata | sort -u >flags
is "$(cat flags)" nan "mirrored patches have the declaration of their image"

tiff void.tif size=4x4 bands=2 type=f32 nodata=-1 value=-1
seg-import -o void.st <<<"void${tab}void.tif"
seg-stat -p 50 void.st minus.st -o with.tsv
seg-stat -p 50 minus.st -o without.tsv
same <(grep ^band with.tsv) <(grep ^band without.tsv) \
    "an image of nodata adds nothing to the statistics of bands"
seg-stat -p 50 void.st -o void.tsv
seg-stat -p 50 --merge void.tsv without.tsv -o merged.tsv
same merged.tsv with.tsv "the table of an image of nodata can be merged"
for norm in "--mean 0 --std 1" "--normalize record" "--normalize range"; do
    seg-init -q $norm net.txt -o norm.st
    status_is 0 "an image of nodata is predicted: $norm" \
        seg-predict -q -m norm.st void.st -o p.st
    is "$(count p.st pred)" "255:16 " "an image of nodata is predicted as 255: $norm"
done

# scores and fusion
record seg.key=k 'seg.classes=a\tb' label=U8:1,4:0,1,1,0 pred=U8:1,4:0,255,1,1 \
    probs=F32:1,4,2:1,0,0,0,0,1,0,1 >judged.st
seg-score --matrix c.tsv --calibration cal.tsv judged.st >score.txt
ok $? "seg-score leaves out a prediction of 255"
record seg.key=k 'seg.classes=a\tb' label=U8:1,4:0,255,1,0 pred=U8:1,4:0,0,1,1 \
    probs=F32:1,4,2:1,0,1,0,0,1,0,1 >masked.st
seg-score --matrix d.tsv --calibration cal.tsv masked.st >masked.txt
same c.tsv d.tsv "seg-score --matrix leaves out a prediction of 255"
status_is 0 "seg-score --boundary --surface accepts a prediction of 255" \
    seg-score --boundary --surface s.tsv judged.st
same score.txt masked.txt "seg-score counts a prediction of 255 like an ignored label"
record seg.key=k 'seg.classes=a\tb' label=U8:1,4:0,1,1,0 pred=U8:1,4:0,2,1,1 >wrong.st
status_is 65 "seg-score refuses another value that is no class" seg-score wrong.st
seg-fuse -o fused.st judged.st <(seg-pick judged.st)
is "$(numbers fused.st pred | xargs)" "0 255 1 1" \
    "seg-fuse: nodata of all inputs is nodata"
record seg.key=k 'seg.classes=a\tb' probs=F32:1,4,2:1,0,0.2,0.8,0,1,0,1 >more.st
seg-fuse -o fused.st judged.st more.st
is "$(numbers fused.st pred | xargs)" "0 1 1 1" \
    "seg-fuse: nodata of one input is the class of the others"

# seg-view
record seg.nodata=-9999 image=F32:1,4,1:-9999,0,5,10 label=U8:1,4:255,0,0,0 >look.st
seg-view --mode side --stretch 0,100 look.st -o look.png
is "$(echo look.png | seg-import | seg-pick --keep image -o look.i; numbers look.i image | head -n 12 | xargs)" \
    "0 0 0 0 0 0 128 128 128 255 255 255" "seg-view stretches the values of data only"

# ---- not finite, and not declared ----

tiff hole.tif size=16x12 bands=2 type=f32 value="\$x == 3 && \$y == 2 && \$b ? nan : $wave + \$b"
printf 'k\thole.tif\tlabel.tif\n' | seg-import -M map.tsv -o hole.st 2>.err
like "$(cat .err)" "^seg-import: warning: hole.tif: image is nan at \(x 3, y 2\), band 1; 1 pixels of 1 images" \
    "seg-import names file, pixel and band of an undeclared nan"
is "$(count hole.st label)" "0:95 1:96 255:1 " \
    "seg-import ignores the label of an undeclared nan"
tiff inf.tif size=16x12 bands=2 type=f32 nodata=nan value="\$x == 3 && !\$b ? -inf : \$x < 2 ? nan : $wave + \$b"
printf 'k\tinf.tif\tlabel.tif\n' | seg-import -M map.tsv -o inf.st 2>.err
like "$(cat .err)" "image is -inf at \(x 3, y 0\), band 0; 12 pixels" \
    "seg-import warns of an infinite number if nan is declared"
named() { like "$(cat .err)" "^$1: warning: hole.st: k: image is nan at \(x 3, y 2\), band 1; $2" "$1 names it"; }
status_is 0 "seg-stat accepts an undeclared nan" seg-stat hole.st
like "$(cat .err)" "^seg-stat: warning: k: image is nan at \(x 3, y 2\), band 1; 1 pixels" \
    "seg-stat warns of an undeclared nan"
is "$(band hole.st | cut -d' ' -f1,2)" "191 2.487" \
    "seg-stat leaves out an undeclared nan"
status_is 0 "seg-finetune accepts an undeclared nan" \
    seg-finetune -q -j 1 -m init.st -b 1 --steps 1 \
    --valid hole.st -o m.st hole.st
named seg-finetune "1 pixels of 1 images"
is "$(grep -c warning .err)" 2 \
    "seg-finetune warns once of the input and once of --valid"
status_is 0 "seg-predict accepts an undeclared nan" \
    seg-predict -q -j 1 -m init.st hole.st -o p.st
named seg-predict "1 pixels of 1 images"
is "$(numbers p.st pred | sed -n 36p) $(numbers p.st pred | grep -c 255)" "255 1" \
    "seg-predict predicts 255 for an undeclared nan"
for i in 1 2 3; do
    record seg.key=$i image=F32:8,8,2:1 label=U8:8,8:0
done >many.st
status_is 0 "seg-predict accepts an undeclared nan in one of several images" \
    seg-predict -q -m init.st many.st hole.st -o p.st
named seg-predict "1 pixels of 1 images"

# an absurd finite value: the message blames the input, not the learning rate
record seg.key=k 'seg.classes=a\tb' image=F32:8,8,2:3e38 label=U8:8,8:1 >far.st
seg-init -q net.txt --mean 0 --std 0.001 -o far_model.st
status_is 65 "seg-finetune refuses absurd values" \
    seg-finetune -q -j 1 -m far_model.st -b 1 --steps 1 far.st
like "$(cat .err)" "far.st: k: image is 3e\+38 at \(x 0, y 0\), band 0, .*--nodata" \
    "seg-finetune names pixel and absurd value"
is "$(grep -c -e --lr .err)" 0 "seg-finetune does not suggest --lr for absurd values"
status_is 65 "seg-predict refuses absurd values" \
    seg-predict -q -j 1 -m far_model.st far.st
like "$(cat .err)" "far.st: k: the network produced NaN or infinite scores: .*image is 3e\+38 at \(x 0, y 0\)" \
    "seg-predict names pixel and absurd value"
status_is 65 "seg-predict with test-time augmentation refuses absurd values" \
    seg-predict -q -j 1 --flip h -m far_model.st far.st
like "$(cat .err)" "image is 3e\+38 at" \
    "seg-predict with test-time augmentation names the absurd value"

# ---- seg-check ----

seen() { seg-check --allow empty,twice "$@" | sed '1d; $d'; }
is "$(seen "${declared[@]}" | grep -v "${tab}k${tab}-${tab}-")" "" \
    "seg-check finds nothing in declared nodata"
is "$(seen hole.st)" "nan${tab}hole.st${tab}k${tab}3${tab}2${tab}nan${tab}1 of 384 numbers are not finite" \
    "seg-check finds an undeclared nan"
two='seg.classes=a\tb'
record seg.key=k seg.nodata=0 "$two" image=U8:1,3,1:5,0,6 label=U8:1,3:0,1,1 >class.st
is "$(seen class.st)" "nodata${tab}class.st${tab}k${tab}1${tab}0${tab}1${tab}a class where the image has no data; so are 1 pixels" \
    "seg-check finds a class on nodata only"
record seg.key=k seg.nodata=0 "$two" image=U8:1,3,1:0 label=U8:1,3:255 >empty.st
is "$(seen --allow empty,ignored empty.st)" \
    "nodata${tab}empty.st${tab}k${tab}-${tab}-${tab}-${tab}no pixel of the image has data" \
        "seg-check finds an image of nodata"
record seg.key=k "$two" image=F32:1,4,1:1,-9999,-9999,2 label=U8:1,4:0 >usual.st
is "$(seen usual.st)" \
    "nodata${tab}usual.st${tab}k${tab}1${tab}0${tab}-9999${tab}2 of 4 numbers; a usual nodata, which is not declared" \
    "seg-check finds a usual nodata value that is not declared"
is "$(seen --allow empty,nodata usual.st)" "" "seg-check --allow nodata accepts it"

# ---- georeferences ----

place='place=500000,5000000,10'
tiff utm33.tif size=8x6 rows=1 $place epsg=32633
tiff utm34.tif size=8x6 rows=2 $place epsg=32634
tiff degrees.tif size=8x6 $place geo=4326
tiff nokeys.tif size=8x6 $place
tiff own.tif size=8x6 $place epsg=32767
# places LABEL OPTIONS...: warnings and findings about georeferences
places()
{
    printf 'k\tutm33.tif\t%s\n' "$1" | seg-import "${@:2}" -M map.tsv -o at.st 2>.err
    seen at.st
}
found="place${tab}at.st${tab}k${tab}-${tab}-${tab}32634${tab}the label's coordinate system, EPSG; the image's is EPSG 32633"
is "$(places utm34.tif)" "$found" "seg-check finds a label image in another UTM zone"
like "$(cat .err)" "utm33.tif: .*EPSG 32633, its label utm34.tif in EPSG 32634" \
    "seg-import warns of a label image in another UTM zone"
is "$(places utm34.tif --strip 2)" "${found/${tab}k${tab}/${tab}k@0,0${tab}}
${found/${tab}k${tab}/${tab}k@2,0${tab}}
${found/${tab}k${tab}/${tab}k@4,0${tab}}" "in strips too"
is "$(places degrees.tif | cut -f6)" 4326 "seg-check finds a label image in degrees"
for same in utm33 nokeys own; do
    is "$(places $same.tif; cat .err)" "" "no difference is reported: $same"
done
tiff moved.tif size=8x6 place=500100,5000000,10 epsg=32633
is "$(places moved.tif | cut -f1,6)" "place${tab}10" \
    "seg-check finds a label image at another place"

# nifti NAME SFORM QFORM OFFSET: 4 x 3 x 1 voxels of u8
nifti()
{
    perl -e 'my ($sform, $qform, $x) = @ARGV; my $h = "\0" x 352;
        sub set { substr($h, $_[0], length $_[1]) = $_[1] }
        set 0, pack "l<", 348; set 40, pack "s<8", 3, 4, 3, 1, 1, 1, 1, 1;
        set 70, pack "s<2", 2, 8; set 76, pack "f<8", 1, 1, 1, 1, 1, 1, 1, 1;
        set 108, pack "f<", 352; set 252, pack "s<2", $qform, $sform;
        set 268, pack "f<3", $x, 0, 0;
        set 280, pack "f<12", 1, 0, 0, $x, 0, 1, 0, 0, 0, 0, 1, 0;
        set 344, "n+1\0"; print $h, "\0\1" x 6' "${@:2}" >"$1"
}
nifti scanner.nii 2 0 50
nifti nowhere.nii 0 0 0
nifti here.nii 0 1 50
nifti there.nii 1 0 53
for l in nowhere here there; do
    seg-import -M map.tsv -o v.st <<<"k${tab}scanner.nii${tab}$l.nii" 2>.err
    echo "$l $(seen v.st | cut -f1,6) $(grep -c warning .err)"
done >seen
is "$(cat seen)" "nowhere  0
here  0
there place${tab}3 1" "a label without any place is not judged, one elsewhere is"
seg-import -M map.tsv -o v.st <<<"k${tab}nowhere.nii${tab}scanner.nii" 2>.err
is "$(cat .err)" "" "an image without a georeference is not warned of"

# ---- images of each type ----

for t in BOOL U8 I8 U16 I16 U32 I32 U64 I64 F32 F64; do
    v=1,0,1,1,0,1,1,0,1,0,0,1,1,1,0,1
    record seg.key=k "$two" image=$t:4,4,1:$v label=U8:4,4:$v >type.st
    seg-net unet --width 2 --depth 1 --bands 1 --classes 2 | seg-init -q -o one_band.st
    bad=
    for p in seg-check "seg-stat -p 50" "seg-augment --color 0.2" "seg-sample --crop 3 --scale 0.8 -n 2" \
        "seg-sample --crop 6 -n 2 --intensity" "seg-view --mode side" "seg-predict -q -m one_band.st" \
        "seg-predict -q -m one_band.st --scales 0.5" \
        "seg-finetune -q -m one_band.st -b 1 --steps 1"; do
        $p type.st >out 2>.err || bad+=" $p: $(cat .err)"
    done
    is "$bad" "" "$t: each program accepts it"
    is "$(band type.st)" "16 0.625 0 1;" "$t: the statistics are the same"
done
record image=I32:1,2,1:-100000,100000 >wide.st
seg-sample --crop 4x1 --scale 2 -n 1 wide.st -o wider.st
is "$("$root/tests/tensor.pl" --shape wider.st image)" "I32 1,4,1" \
    "a patch has the type of its image"
done_testing
