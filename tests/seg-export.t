#!/bin/bash
# seg-export: values, colors, names of files, refusals.
. "$(dirname "$0")/lib.sh"
tensor() { "$root/tests/tensor.pl" "$@"; }
tab=$'\t'

mkdir png
"$root/tests/png.pl" png >/dev/null
p=png/palette2-13x11.png
printf '0\t0\tground\t#102030\n1\tignore\tvoid\t#010203\n2\t1\tthing\t#a0b0c0\n3\t2\tother\t#ffeedd\n' >map.tsv
printf 'a\t%s\t%s\nsub/deep/b\t%s\t%s\n' $p $p $p $p >m.tsv
seg-import -M map.tsv m.tsv -o in.st

# chunk FILE TYPE: bytes of a PNG chunk, in hexadecimal
chunk()
{
    perl -e 'local $/; open F, "<:raw", $ARGV[0]; $_ = <F>; my $i = 8;
        while ($i < length) { my ($n, $t) = unpack "Na4", substr $_, $i, 8;
            print unpack("H*", substr $_, $i + 8, $n), "\n" if $t eq $ARGV[1];
            $i += 12 + $n }' "$1" "$2"
}

# ---- labels ----

seg-export -d out in.st
ok $? "a stream of labels is accepted"
is "$(cd out && find . -type f | sort | tr '\n' ' ')" "./a.png ./sub/deep/b.png " \
    "each record makes one file, keys with / make directories"
is "$(chunk out/a.png IHDR)" 0000000d0000000b0803000000 \
    "labels are an 8-bit palette PNG of 13 x 11"
like "$(chunk out/a.png PLTE)" '^102030a0b0c0ffeedd(000000)+$' \
    "the palette has the color of each class, and black for ignored pixels"
echo "k${tab}$p${tab}out/a.png" | seg-import -o b.st
tensor in.st label >want
tensor b.st label | cmp -s - want
ok $? "the values of the PNG are class ids and 255"
seg-export -d again <in.st
same out/a.png again/a.png "standard input gives the same bytes"

seg-export -d back -M map.tsv in.st
echo "k${tab}$p${tab}back/a.png" | seg-import -o b.st
tensor b.st label | cmp -s - png/palette2-13x11.label
ok $? "-M: the values are those of the imported label image"
like "$(chunk back/a.png PLTE)" '^102030010203a0b0c0ffeedd(000000)+$' \
    "-M: the palette is by value"
seg-import -M map.tsv -o c.st <<<"a${tab}$p${tab}back/a.png"
seg-import -M map.tsv -o d.st <<<"a${tab}$p${tab}$p"
same c.st d.st "-M: an exported file is imported as the same stream"

printf '0\t0\ta\t#000000\n1\t0\ta\t#000000\n2\t0\ta\t#000000\n3\tignore\tb\t#000000\n' >two.tsv
seg-import -M two.tsv -o two.st <<<"a${tab}$p${tab}$p"
seg-export -M two.tsv -d two two.st 2>err
is "$?" 0 "-M: a class with several values is written as the lowest"
like "$(<err)" 'two.tsv: 3 values stand for a: 0 is written' \
    "-M: a class with several values is warned of"
seg-export -q -M two.tsv -d two two.st 2>err
is "$(<err)" "" "-q: a class with several values is not warned of"
printf '0\t0\ta\t#000000\n' >one.tsv
status_is 65 "-M: a class that the map does not have is refused" \
    seg-export -M one.tsv -d none in.st
like "$(<.err)" 'a: class [0-9]+ at .x [0-9]+, y [0-9]+. has no value' \
    "-M: the class that the map does not have is named"
[ ! -e none/a.png ]
ok $? "-M: no file is written if the map lacks a class"
sed '2,$s/^[0-9]*/-/' map.tsv >colors.tsv
status_is 65 "-M: a map with colors but without a value is refused" \
    seg-export -M colors.tsv -d none in.st
like "$(<.err)" 'has no value in the label map, only a color; --rgb writes colors$' \
    "-M: the message about a map of colors names --rgb"
status_is 0 "-M: a map of colors is accepted with --rgb" \
    seg-export --rgb -M colors.tsv -d colors in.st
is "$(chunk colors/a.png IHDR)" 0000000d0000000b0802000000 "-M: --rgb writes RGB"
printf '1000\t0\tground\t#000000\n1001\t1\tthing\t#000000\n1002\tignore\tb\t#000000\n1003\t2\tother\t#000000\n' >wide.tsv
seg-export -M wide.tsv -d wide in.st
is "$(chunk wide/a.png IHDR)" 0000000d0000000b1000000000 \
    "-M: values above 255 make 16-bit gray"
seg-import -M wide.tsv -o c.st <<<"a${tab}$p${tab}wide/a.png"
tensor c.st label | cmp -s - want
ok $? "-M: a PNG of 16 bits is imported again"

# ---- colors ----

seg-export --rgb -d rgb in.st
is "$(chunk rgb/a.png IHDR)" 0000000d0000000b0802000000 "--rgb writes 8-bit RGB"
sed 's/#010203/#000000/' map.tsv >black.tsv
seg-import -M black.tsv -o c.st <<<"a${tab}$p${tab}rgb/a.png"
tensor c.st label | cmp -s - want
ok $? "--rgb: the colors are imported as the same classes"
seg-export --rgb -M map.tsv -d rgb in.st
seg-import -M map.tsv -o c.st <<<"a${tab}$p${tab}rgb/a.png"
tensor c.st label | cmp -s - want
ok $? "--rgb -M writes the colors of the map"
status_is 65 "--rgb of a tensor without classes is refused" \
    seg-export --rgb -t image -d none in.st
like "$(cat .err)" 'a: tensor image has no classes with colors' \
    "--rgb: the tensor without classes is named"
is "$(chunk out/a.png tEXt)" "$(printf 'segpipe\0class ids' | od -An -tx1 | tr -d ' \n')" \
    "a PNG of class ids has a text that marks it"
is "$(chunk back/a.png tEXt)$(chunk rgb/a.png tEXt)" "" \
    "a PNG of other values has no such text"

status_is 65 "a PNG of class ids is not imported through a label map" \
    seg-import -M map.tsv -o none.st <(echo "a${tab}$PWD/$p${tab}$PWD/out/a.png")
like "$(cat .err)" 'out/a.png: its values are class ids' \
    "the message names the PNG of class ids"

# ---- other tensors ----

seg-export --tensor image -d img in.st
ok $? "images are accepted"
is "$(chunk img/a.png IHDR)" 0000000d0000000b0802000000 \
    "an image is written as 8-bit RGB"
status_is 65 "--tensor: a missing tensor is refused" \
    seg-export --tensor probs -d none in.st
is "$(<.err)" "seg-export: a: no tensor probs" "--tensor: the missing tensor is named"
seg-import -o gray.st <<<"a${tab}png/gray16-13x11.png${tab}png/gray16-13x11.png"
seg-export -d gray gray.st
is "$(chunk gray/a.png IHDR)" 0000000d0000000b1000000000 "labels without classes are gray, 16 bits kept"

# record KEY PRED [NAME=VALUE...]: a record made by hand; see record.pl
record() { "$root/tests/record.pl" "seg.key=$1" "pred=$2" "${@:3}"; }
two='seg.classes=a\tb'
record x F32:2,3:1 "$two" >f.st
status_is 65 "-f png: f32 is refused" seg-export -f png -d none f.st
like "$(<.err)" 'x: tensor pred \[2,3\] f32 .*u8 or u16 expected' \
    "-f png: the message about f32 names the accepted types"
record x U8:2,3,5:1 "$two" >f.st
status_is 65 "-f png: five channels are refused" seg-export -f png -d none f.st
record x U8:2,3:1 "$two" >f.st
seg-export -d pred f.st
ok $? "pred is preferred to label"
record x U8:2,3:1 seg.classes=a seg.palette=#12345 >f.st
status_is 65 "a seg.palette without a color is refused" seg-export -d none f.st
is "$(<.err)" "seg-export: x: seg.palette: 1 colors #rrggbb expected, seen #12345" \
    "the record of a bad seg.palette is named"
record x U8:2,3:1 "$two" 'seg.geo=scale 1,e' >f.st
status_is 65 "a seg.geo of a wrong form is refused" seg-export -f tiff -d none f.st
is "$(<.err)" "seg-export: x: seg.geo: e is not a number" \
    "the record of a bad seg.geo is named"
record x U8:2,3:1 seg.classes=a >f.st
status_is 65 "a value that is no class is refused" seg-export -d none f.st
like "$(<.err)" 'x: tensor pred: value 1 at .x 0, y 0. is none of 1 classes' \
    "record, value and pixel are in the message"
[ ! -e none ] || [ -z "$(find none -type f)" ]
ok $? "refused records leave no file"

# ---- volumes ----

# slice INDEX SLICES: a slice of a volume of 3 x 2 x SLICES voxels
slice()
{
    record "v@$1" U8:2,3:1 "seg.volume=axis=z index=$1 shape=3,2,$2 \
spacing=1,1,1 unit=mm affine=1,0,0,0,0,1,0,0,0,0,1,0 path=v.nii"
}
slice 1 2 >1.st
slice 0 2 >0.st
seg-cat 1.st 0.st | seg-export -d vol
is "$(gzip -dc vol/v.nii.gz | tail -c +353 | od -An -v -tx1 | tr -d ' \n')" \
    "$(printf '01%.0s' {1..12})" "slices in any order make one volume"
for n in 1000000000 1000000000000 18446744073709551615; do
    slice 0 $n >f.st
    status_is 65 "a volume with $n slices is refused" seg-export -d many f.st
    is "$(<.err)" "seg-export: v: seg.volume: 3x2x${n}x1 voxels of type U8 take \
more than 2147483648 bytes" "the message about $n slices has the limit of memory"
done
slice 0 1000000 >f.st
status_is 71 "a volume over --mem-limit is refused" \
    seg-export --mem-limit 1M -d many f.st
like "$(<.err)" 'limit 1048576$' "the limit is in the message"
status_is 65 "a volume without all of its slices is refused" \
    seg-export --mem-limit 16M -d many f.st
is "$(<.err)" "seg-export: v: slice 1 of 1000000 is missing" \
    "the missing slice is named"
[ -z "$(find many -type f 2>/dev/null)" ]
ok $? "refused volumes leave no file"

# ---- names ----

for key in ../evil /etc/evil a/../b . .. a//b a/ "" a/.; do
    record "$key" U8:1,1:1 "$two" >f.st
    status_is 65 "key '$key' cannot name a file" seg-export -d safe f.st
done
[ ! -e evil.png ] && [ ! -e ../evil.png ]
ok $? "a refused key writes no file elsewhere"
record "..a/b..c@0,16" U8:1,1:1 "$two" >f.st
seg-export -d safe f.st && [ -f "safe/..a/b..c@0,16.png" ]
ok $? "a key with dots inside is accepted"
cat in.st in.st >twice.st
status_is 65 "a key used twice is refused" seg-export -d twice twice.st
is "$(<.err)" "seg-export: a: two records have this key" "the key used twice is named"
: >file
status_is 73 "-d of a file is refused" seg-export -d file in.st
head -c 400 in.st >cut.st
status_is 65 "a cut stream is refused" seg-export -d cut cut.st
status_is 65 "empty input is refused" seg-export -d cut < <(:)
status_is 66 "a missing stream is refused" seg-export gone.st
[ -z "$(find . -name '*.tmp')" ]
ok $? "no temporary files are left"

# ---- polygons ----

# Synthetic scenes, and noise: labels 0 to 3 and 255 in an image of 41 x 23.
seg-synth -n 4 -s 1 -o scenes.st
perl -e 'srand 5; print "P5 41 23 255\n", map { chr((0 .. 3, 255)[rand 5]) } 1 .. 41 * 23' >noise.pgm
seg-export -t image -d scenes scenes.st
seg-export -d ids scenes.st
for i in 0 1 2 3; do
    printf 'synth/0000%d\tscenes/synth/0000%d.png\tids/synth/0000%d.png\n' $i $i $i
done >list
printf 'noise\tnoise.pgm\tnoise.pgm\n' >>list
{
    printf '0\t0\tbackground\n255\tignore\tvoid\n'
    for i in 1 2 3 4 5 6 7; do printf '%d\t%d\tclass "%d"\n' $i $i $i; done
} >names.tsv
seg-import -M names.tsv list -o a.st
seg-export -f labelme -d shapes a.st
ok $? "labels are written as polygons"
sed -E 's/ids(.*)png/shapes\1json/; s/noise.pgm$/shapes\/noise.json/' list >polygons
cut -f 3 polygons | xargs ls >/dev/null
ok $? "polygons: a file for each record"
seg-import -M names.tsv polygons -o b.st
seg-diff a.st b.st
ok $? "polygons: an import makes the same label images"
seg-export -f coco -d all a.st
is "$(cd all && find . -type f)" ./annotations.json "COCO: one file for all records"
cp -R scenes/synth all
perl -e 'print "P5 41 23 255\n", "\0" x (41 * 23)' >all/noise.png
seg-import -M names.tsv --images all --labels all/annotations.json -o b.st
seg-export -d c1 a.st
seg-export -d c2 b.st
diff -r c1 c2
ok $? "COCO: an import makes the same label images"
like "$(<shapes/synth/00000.json)" '"imagePath": "00000.png"' "polygons name their image"
like "$(<shapes/synth/00000.json)" '"label": "class \\"1\\""' "names are escaped"
is "$(grep -c background shapes/noise.json)" 0 "the background has no polygons"
sed 's/background/ignore/' names.tsv >no.tsv
seg-import -M no.tsv list -o no.st
status_is 65 "polygons: a class of name ignore" seg-export -f labelme -d never no.st
status_is 64 "polygons: no label map" seg-export -f labelme -M names.tsv -d never a.st
status_is 65 "COCO: no image" seg-export -f coco -t image -d never a.st
status_is 65 "polygons: no image" seg-export -f labelme -t image -d never a.st
seg-import -o none.st <<<"a${tab}noise.pgm${tab}noise.pgm"
status_is 65 "polygons: names are required" seg-export -f labelme -d never none.st
like "$(<.err)" 'a: polygons have names of classes, and the record has none' \
    "polygons: a record without names is named"
[ ! -e never ]
ok $? "polygons: nothing is written then"

if type pngcheck >/dev/null 2>&1; then
    find out back wide img gray pred -name '*.png' -exec pngcheck -q {} + >.check
    ok $? "all written PNGs pass pngcheck"
else
    skip "all written PNGs pass pngcheck" "no pngcheck"
fi

if [ -n "$data" ]; then
    c=$data/camvid
    head -n 4 "$c/splits/test.txt" >four
    seg-import -M "$c/labels.tsv" --images "$c/images/test" \
        --labels "$c/labels/test" --keys four | seg-export -M "$c/labels.tsv" -d cam
    seg-import --images cam --labels cam --keys four -o a.st
    seg-import --images "$c/images/test" --labels "$c/labels/test" --keys four -o b.st
    "$root/tests/tensor.pl" b.st label >want
    "$root/tests/tensor.pl" a.st label | cmp -s - want
    ok $? "CamVid: exported labels are imported unchanged"
else
    skip "CamVid: exported labels are imported unchanged" "no ../shared/data"
fi
done_testing
