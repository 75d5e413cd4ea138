#!/bin/bash
# seg-import: image formats, label maps, manifests, damaged files.
. "$(dirname "$0")/lib.sh"
golden=$root/tests/golden
tensor() { "$root/tests/tensor.pl" "$@"; }
tab=$'\t'

# fails STATUS PATTERN NAME ARGUMENTS...: ends with STATUS, one line and no output
# file
fails()
{
    local want=$1 pattern=$2 name=$3 seen
    shift 3
    rm -f out.st out
    seg-import -o out.st "$@" >out 2>err </dev/null
    seen=$?
    [ "$seen" = "$want" ] && [ "$(wc -l <err)" = 1 ] && [ ! -s out ] &&
        [ ! -e out.st ] && [[ $(<err) =~ $pattern ]]
    ok $? "$name"
    [ "$seen" = "$want" ] && [[ $(<err) =~ $pattern ]] ||
        echo "#   status $seen, expected $want: $(<err)"
}

# ---- PNG: each bit depth and color type ----

mkdir png back
"$root/tests/png.pl" png >cases
while read -r name w h c type; do
    echo "png/$name.png" | seg-import -o a.st
    is "$(tensor --shape a.st image)" "$type $h,$w,$c" "$name: type and shape"
    tensor a.st image | cmp -s - "png/$name.image"
    ok $? "$name: samples"
    seg-export --tensor image -d back a.st
    echo "back/$name.png" | seg-import -o b.st
    tensor b.st image | cmp -s - "png/$name.image"
    ok $? "$name: out and in again"
    [ -e "png/$name.label" ] || continue
    echo "k${tab}png/$name.png${tab}png/$name.png" | seg-import -o a.st
    is "$(tensor --shape a.st label)" "$type $h,$w" "$name: label's shape"
    tensor a.st label | cmp -s - "png/$name.label"
    ok $? "$name: label's values are indices or gray levels"
done <cases
if type pngcheck >/dev/null 2>&1; then
    pngcheck -q back/*.png >check 2>&1
    ok $? "PNGs of seg-export pass pngcheck"
else
    skip "PNGs of seg-export pass pngcheck" "no pngcheck"
fi

pair() { printf 'k\t%s\t%s\n' "$1" "$2" >pair.tsv; }
pair png/gray8-13x11.png png/rgb8-13x11.png
fails 65 'rgb8-13x11.png: label image is colored: a label map \(-M\) is required' "an RGB label is refused" pair.tsv
pair png/gray8-13x11.png png/grayalpha8-13x11.png
fails 65 'label image of 2 channels' "a label with alpha is refused" pair.tsv

# ---- JPEG ----

for f in color progressive gray; do
    c=3
    [ $f = gray ] && c=1
    echo "$golden/$f.jpg" | seg-import -o $f.st
    is "$(tensor --shape $f.st image)" "U8 16,24,$c" "$f.jpg: type and shape"
done
# y,x of pixels within a colored area, and the original color
tensor color.st image | perl -e '
    binmode STDIN; local $/; my @v = unpack "C*", <STDIN>; my $bad = 0;
    for ([2, 2, 220, 30, 40], [2, 20, 20, 60, 200], [13, 2, 110, 15, 20],
        [13, 20, 10, 30, 100]) {
        my ($y, $x, @rgb) = @$_;
        $bad += abs($v[($y * 24 + $x) * 3 + $_] - $rgb[$_]) > 8 for 0 .. 2;
    }
    exit $bad > 0'
ok $? "color.jpg: colors are near those of the original"
tensor gray.st image | perl -e '
    binmode STDIN; local $/; my @v = unpack "C*", <STDIN>; my $bad = 0;
    for my $y (0 .. 15) {
        $bad += abs($v[$y * 24 + $_] - $y * 4 - $_ * 6) > 3 for 0 .. 23;
    }
    exit $bad > 0'
ok $? "gray.jpg: the ramp is kept"
echo "$golden/cmyk.jpg" >l
fails 65 'cmyk.jpg: not supported: JPEG of 4 channels' "CMYK is refused" l
# height and width follow SOF0, its length and the precision
perl -pe 'BEGIN { binmode STDIN; undef $/ } s/(\xff\xc0...)..../$1\xff\xdc\xff\xdc/s' \
    <"$golden/gray.jpg" >vast.jpg
echo vast.jpg >l
fails 65 'vast.jpg: image of 65500x65500 pixels takes more than' \
    "a JPEG of 65500 x 65500 is refused before memory is taken" l
pair "$golden/gray.jpg" "$golden/gray.jpg"
fails 65 'label image is JPEG' "a JPEG label is refused" pair.tsv
echo "$golden/turned.jpg" | seg-import -o a.st 2>err
is "$?" 0 "an image with an EXIF orientation is read"
like "$(<err)" 'warning: .*turned.jpg: .*orientation=6' \
    "an image with an EXIF orientation is warned of"
is "$(tensor --meta a.st seg.exif)" "orientation=6" "seg.exif has the EXIF orientation"

# ---- damage ----

# spoiled FILE WHOLE: FILE is refused with one line, or read with all pixels of WHOLE
# and a warning
spoiled()
{
    local status
    rm -f out.st out
    echo "$1" >l
    seg-import -o out.st l >out 2>err
    status=$?
    [ "$(wc -l <err)" = 1 ] || return 1
    if [ $status = 0 ]; then
        grep -q "^seg-import: warning: $1: " err &&
            tensor out.st image | cmp -s - "$2"
    else
        [ $status = 65 ] && [ ! -e out.st ] && grep -q "^seg-import: $1: " err
    fi
}

# cuts at each byte (in a long file at each 13th); a cut after the last pixel is
# only a warning
cut_everywhere()
{
    local n bad=0 read=0 size step=1
    echo "$1" | seg-import -o whole.st
    tensor whole.st image >whole
    size=$(wc -c <"$1")
    [ "$size" -gt 150 ] && step=13
    for ((n = 0; n < size; n += step)); do
        head -c $n "$1" >cut
        spoiled cut whole || bad=$((bad + 1))
        [ -e out.st ] && read=$((read + 1))
    done
    is "$bad" 0 "$2 cut at any byte does not crash"
    [ $read -le "$3" ]
    ok $? "$2 cut at any byte is refused, except in its end ($read)"
    head -c $((size - $3)) "$1" >cut
    spoiled cut whole && [ -e out.st ]
    ok $? "$2 without its end mark is read"
}
# an IEND has 12 bytes, an end mark of JPEG 2
cut_everywhere png/gray1i-1x1.png "an interlaced PNG" 12
cut_everywhere png/palette2-13x11.png "a palette PNG" 12
cut_everywhere "$golden/color.jpg" "a JPEG" 2
cut_everywhere "$golden/progressive.jpg" "a progressive JPEG" 2

# a flipped bit after the signature is found by a check sum
perl -e 'local $/; open F, "<:raw", $ARGV[0]; my $p = <F>;
    for my $i (8 .. length($p) - 1) { my $q = $p;
        substr($q, $i, 1) ^= chr(1 << $i % 8);
        open G, ">:raw", "flip$i.png"; print G $q; close G }' \
    png/gray1i-1x1.png
echo png/gray1i-1x1.png | seg-import -o whole.st
tensor whole.st image >whole
bad=0 n=0 read=0
for f in flip*.png; do
    spoiled "$f" whole || bad=$((bad + 1))
    [ -e out.st ] && read=$((read + 1))
    n=$((n + 1))
done
is "$bad" 0 "a PNG with one of $n bits flipped does not crash"
# 24 bytes of the file are metadata that is skipped, 12 are IEND
[ $read -le 36 ]
ok $? "a PNG with a flipped bit is refused, except in metadata and IEND ($read)"
rm -f flip*.png

# chunk TYPE DATA (perl strings): a PNG chunk with a right check sum
cat >hostile.pl <<'EOF'
use Compress::Zlib;
sub chunk { my ($t, $d) = @_;
    return pack("N", length $d) . $t . $d . pack("N", crc32($t . $d)) }
sub png { my ($name, @chunks) = @_; open F, ">:raw", $name;
    print F "\x89PNG\r\n\x1a\n", @chunks; close F }
sub head { return chunk("IHDR", pack("NNCCCCC", @_)) }
my ($end, $zip) = (chunk("IEND", ""), \&Compress::Zlib::compress);
my $bomb = chunk("IDAT", $zip->("\0" x 3000000));
png("wide.png", head(0x7fffffff, 1, 8, 0, 0, 0, 0), $bomb, $end);
png("high.png", head(1, 0x7fffffff, 8, 0, 0, 0, 0), $bomb, $end);
png("vast.png", head(1000000, 1000000, 16, 6, 0, 0, 0), $bomb, $end);
png("liar.png", head(30000, 30000, 8, 2, 0, 0, 0), $bomb, $end);
png("none.png", head(0, 5, 8, 0, 0, 0, 0), $bomb, $end);
png("depth.png", head(4, 4, 3, 0, 0, 0, 0), $bomb, $end);
png("type.png", head(4, 4, 8, 5, 0, 0, 0), $bomb, $end);
png("lace.png", head(4, 4, 8, 0, 0, 0, 7), $bomb, $end);
png("short.png", head(4, 4, 8, 0, 0, 0, 0),
    chunk("IDAT", $zip->("\0" x 19)), $end);
png("filter.png", head(1, 1, 8, 0, 0, 0, 0),
    chunk("IDAT", $zip->("\x09\0")), $end);
png("bare.png", head(1, 1, 8, 3, 0, 0, 0),
    chunk("IDAT", $zip->("\0\0")), $end);
png("empty.png", head(1, 1, 8, 0, 0, 0, 0), $end);
png("index.png", head(2, 1, 8, 3, 0, 0, 0), chunk("PLTE", "abcdef"),
    chunk("IDAT", $zip->("\0\1\2")), $end);
png("text.png", head(1, 1, 8, 0, 0, 0, 0),
    chunk("zTXt", "a\0\0" . $zip->("x" x 5000000)),
    chunk("IDAT", $zip->("\0\7")), $end);
png("critical.png", head(1, 1, 8, 0, 0, 0, 0), chunk("ABCD", "x"),
    chunk("IDAT", $zip->("\0\7")), $end);
EOF
perl hostile.pl
for f in wide high vast liar none depth type lace short filter bare empty \
    critical; do
    echo $f.png >l
    fails 65 "$f.png: " "$f.png is refused" l
done
echo liar.png >l
fails 65 'more than [0-9]+ bytes can hold' "a header with more pixels than the file can hold is refused" l
echo index.png >l
fails 65 'index 2 at .x 1, y 0., palette of 2 colors' \
    "an index without a color is no image" l
pair index.png index.png
pair png/gray8-13x11.png index.png
fails 65 ': 13x11 pixels, its label index.png has 2x1' \
    "sizes must agree, and both are named" pair.tsv
echo text.png | seg-import -o a.st
ok $? "compressed text of a PNG is skipped"
ok "$(! [ "$(tensor a.st image | od -An -tu1 | tr -d ' ')" = 7 ]; echo $((1 - $?)))" \
    "a PNG with compressed text is read"
: >nothing.png
echo nothing.png >l
fails 65 'nothing.png: empty file' "an empty file is refused" l
echo "not an image" >text.jpg
echo text.jpg >l
fails 65 'text.jpg: not supported: a text file' "a text is refused" l

# ---- label maps ----

printf '0\t0\tground\t#102030\n3\t1\tthing\t#a0b0c0\n1\tignore\tvoid\t#ffffff\n2\t1\tthing\t#a0b0c0\n' >map.tsv
pair png/palette2-13x11.png png/palette2-13x11.png
seg-import -M map.tsv -o a.st pair.tsv
perl -pe 'BEGIN { binmode STDIN } tr/\x00\x01\x02\x03/\x00\xff\x01\x01/' \
    <png/palette2-13x11.label >want
tensor a.st label | cmp -s - want
ok $? "-M: values become ids, ignored ones 255"
is "$(tensor --meta a.st seg.classes)" 'ground\tthing' \
    "-M: class names are in the record"
is "$(tensor --meta a.st seg.palette)" '#102030,#a0b0c0' "-M: colors are in the record"
is "$(tensor --meta a.st seg.ignore)" 255 "-M: the ignore value is in the record"
is "$(tensor --meta a.st seg.key)" k "the key is that of the manifest"

printf '0\t0\ta\t#000000\n1\t1\tb\t#000000\n2\tignore\tc\t#000000\n' >few.tsv
at=$(perl -e 'local $/; open F, "<:raw", $ARGV[0]; my $i = index <F>, "\3";
    printf "x %d, y %d", $i % 13, $i / 13' png/palette2-13x11.label)
fails 65 "^seg-import: png/palette2-13x11.png: value 3 at \($at\) is not in the label map" \
    "a value outside the map: file, pixel, value" -M few.tsv pair.tsv

printf '65535\t0\ta\t#000000\n' >wide.tsv
pair png/gray16-13x11.png png/gray16-13x11.png
fails 65 'value 0 at .x 0, y 0. is not' "16-bit values are looked up" \
    -M wide.tsv pair.tsv

# bad_map LINES PATTERN NAME
bad_map()
{
    printf -- "$1" >bad.tsv
    fails 65 "^seg-import: bad.tsv$2" "a label map with $3 is refused" -M bad.tsv pair.tsv
}
bad_map '0\t0\ta\t#000000\n0\t1\tb\t#000000\n' ':2: value 0 occurs' 'two classes for one value'
bad_map '# x\n0\t0\ta\t#000000\n1\t2\tb\t#000000\n' ': class 2 is defined but class 1' 'a gap between ids'
bad_map '0\t0\ta\t#00000\n' ':1: color #00000 is not' 'a short color'
bad_map '0\t0\ta\t#00000g\n' ':1: color' 'a wrong color'
bad_map '0\t0\ta\tred\n' ':1: color red' 'a color by name'
bad_map '0 0 a #000000\n' \
    ':1: no tab: columns are separated by tabs, here there are blanks' 'blanks for tabs'
bad_map '0\t0\ta\t#000000\tx\n' ':1: 5 columns' 'five columns'
bad_map 'x\t0\ta\t#000000\n' ':1: value x' 'a value that is no number'
bad_map '65536\t0\ta\t#000000\n' ':1: value 65536' 'a value too large'
bad_map '0\t255\ta\t#000000\n' ':1: id 255' 'the id 255'
bad_map '0\t-1\ta\t#000000\n' ':1: id -1' 'a negative id'
bad_map '0\t0\ta\t#000000\n1\t1\ta\t#000000\n' ':2: name a is taken' 'one name for two classes'
bad_map '0\t0\ta\t#000000\n1\t0\tb\t#000000\n' ':2: class 0 is b here' 'two names for one class'
bad_map '-\t0\ta\n' ':1: neither value nor color' 'neither value nor color'
bad_map '0\t0\t\t#000000\n' ':1: name is empty' 'an empty name'
bad_map '0\tignore\ta\t#000000\n' ': no class' 'ignored values only'
bad_map '' ': no class' 'no line'

# ---- colors ----

# ppm WxH BYTES...: a colored image
ppm()
{
    printf 'P6 %s 255\n' "${1/x/ }"
    shift
    printf "$(printf '\\x%02x' "$@")"
}
printf '5\t0\ta\t#ff0000\n6\t1\tb\t#00ff00\n-\t1\tb\t#0000ff\n7\tignore\tc\t#000000\n' >rgb.tsv
ppm 2x2 255 0 0 0 255 0 0 0 255 0 0 0 >four.ppm
ppm 2x2 250 9 0 0 255 0 0 0 255 0 0 0 >near.ppm
pair four.ppm four.ppm
seg-import -M rgb.tsv -o a.st pair.tsv
is "$(tensor --shape a.st label) $(tensor a.st label | od -An -tu1 | xargs)" \
    "U8 2,2 0 1 1 255" "-M: colors become ids"
seg-export -d rgb -M rgb.tsv a.st 2>err
seg-import -o b.st <<<"k${tab}four.ppm${tab}rgb/k.png"
is "$(tensor b.st label | od -An -tu1 | xargs)" \
    "5 6 6 7" "-M: ids of colors are exported as values"
pair four.ppm near.ppm
fails 65 'near.ppm: color #fa0900 at .x 0, y 0. is not in the label map$' \
    "a color that is not in the map" -M rgb.tsv pair.tsv
fails 65 '#fa0900' "--near 10: a color at a larger distance is refused" -M rgb.tsv --near 10 pair.tsv
seg-import -M rgb.tsv --near 10.3 pair.tsv -o b.st
tensor b.st label | cmp -s - <(tensor a.st label)
ok $? "--near 10.3: colors within that distance become ids"
fails 65 'which has no colors' "a map without colors is refused for a colored label image" \
    -M <(printf '0\t0\ta\n') pair.tsv
# a palette in another order, in which red is 1
printf '0\t0\ta\t#00ff00\n1\t1\tb\t#ff0000\n2\t2\tc\t#0000ff\n3\tignore\td\t#000000\n' >order.tsv
seg-import -M order.tsv <<<"k${tab}four.ppm${tab}four.ppm" | seg-export -d order
seg-import -M rgb.tsv --label-colors -o b.st <<<"k${tab}four.ppm${tab}order/k.png"
tensor b.st label | cmp -s - <(tensor a.st label)
ok $? "--label-colors uses the colors of a palette, not its indices"
for map in ade20k camvid cityscapes cityscapes-train gta5 voc; do
    pair four.ppm four.ppm
    fails 65 'four.ppm: color #' "the map $map is built in" -M $map pair.tsv
done
fails 66 './voc: cannot open: No such' "a map whose name has a / is a file" -M ./voc pair.tsv

# ---- several bad images ----

printf 'a\tfour.ppm\tnear.ppm\nb\tfour.ppm\tfour.ppm\nc\tgone.ppm\nd\tfour.ppm\tfour.jpg\n' >bad.tsv
cp "$golden/gray.jpg" four.jpg
fails 65 'near.ppm' "the first bad image is named" -M rgb.tsv bad.tsv
for j in 1 3; do
    status_is 65 "--keep-going with $j threads ends with 65" \
        seg-import --keep-going -j $j -M rgb.tsv -o out.st bad.tsv
    is "$(sed 's/^seg-import: //; s/ .*//' .err | xargs)" \
        "near.ppm: gone.ppm: four.jpg: 3" "--keep-going with $j threads names all bad images"
    [ ! -e out.st ]
    ok $? "--keep-going with $j threads leaves no output"
done

# ---- an image and its label image at different places ----

# geo TIE: a stream of a 4x3 image with this tie point
geo()
{
    perl -e 'my ($key, $tie) = @ARGV; my $head =
        "{\"__metadata__\":{\"seg.key\":\"$key\",\"seg.geo\":\"scale 10,10,0" .
        "\\ntie 0,0,0,$tie,0\\n\"},\"image\":{\"dtype\":\"U8\"," .
        "\"shape\":[3,4,1],\"data_offsets\":[0,12]}}";
        print pack("Q<", length $head), $head, "\0" x 12' "$@" | seg-cat
}
geo at 500000,4100000 | seg-export -t image -d geo
geo near 500000.9,4100000 | seg-export -t image -d geo
geo far 500000,4099970 | seg-export -t image -d geo
seg-import -o a.st <<<"k${tab}geo/at.tif${tab}geo/near.tif" 2>err
is "$(<err)$(tensor --meta a.st seg.apart)" "" \
    "a label image a tenth of a pixel away is not warned of"
seg-import -o a.st <<<"k${tab}geo/at.tif${tab}geo/far.tif" 2>err
is "$(<err)" "seg-import: warning: geo/at.tif: its label geo/far.tif is 3 pixels away at (x 0, y 0)" \
    "a label image at another place is warned of"
is "$(tensor --meta a.st seg.apart)" "distance=3 x=0 y=0" \
    "seg.apart has distance and pixel of that label image"
like "$(tensor --meta a.st seg.geo)" '4100000' "seg.geo is that of the image"

# ---- manifests ----

p=png/gray8-13x11.png
mkdir sub
printf 'key\timage\tlabel\n# a comment\na\t../%s\t../%s\r\n\nb\t../%s\t\nc\t../%s\n' \
    $p $p $p $p >sub/m.tsv
seg-import -o a.st sub/m.tsv
ok $? "a manifest may have titles, comments, empty lines, CR, missing labels"
seg-import -o b.st -j 1 sub/m.tsv
same a.st b.st "one and many threads give the same bytes"
n=$(grep -ao '"seg.key"' a.st | wc -l)
is "$n" 3 "a manifest of three lines makes three records"
printf 'a\tb\tc\td\n' >bad.tsv
fails 65 'bad.tsv:1: more than three columns' "a manifest of four columns is refused" bad.tsv
printf '\tx.png\n' >bad.tsv
fails 65 'bad.tsv:1: key is empty' "an empty key is refused" bad.tsv
printf 'a\t\t\n' >bad.tsv
fails 65 'bad.tsv:1: image is empty' "an empty name of an image is refused" bad.tsv
printf 'a\t%s\na\t%s\n' $p $p >bad.tsv
fails 65 'bad.tsv: key a occurs twice' "a key used twice is refused" bad.tsv
printf 'a\tgone.png\n' >bad.tsv
fails 66 'gone.png: cannot open: No such file' "a missing image is refused" bad.tsv
printf 'a\t%s\tgone.png\n' $p >bad.tsv
fails 66 'gone.png: cannot open: No such file' "a missing label image is refused" bad.tsv
printf 'a\t.\n' >bad.tsv
fails 66 'is a directory' "a directory as an image is refused" bad.tsv
fails 66 'gone.tsv' "a missing manifest is refused" gone.tsv
fails 66 'gone.tsv' "a missing label map is refused" -M gone.tsv pair.tsv
: >bad.tsv
fails 65 'bad.tsv: no items in the list' "a manifest without lines is refused" bad.tsv

# ---- directories ----

rm -f l
mkdir i l
cp png/gray8-13x11.png i/b.png
cp "$golden/gray.jpg" i/a.JPG
cp png/palette2-13x11.png l/b.png
cp "$golden/gray.jpg" i/.hidden.jpg
echo read me >i/README.md
seg-import --images i -o a.st
is "$(grep -ao '"seg.key": *"[^"]*"' a.st | grep -o '[ab]"$' | tr -d '"\n')" ab \
    "images of a directory, sorted, and nothing else"
fails 66 'l: no image a.png' "an image without a label is named" --images i --labels l
echo b >list
seg-import --images i --labels l --keys list -o a.st
is "$(tensor --shape a.st label)" "U8 11,13" "with a list only its names count"
rm i/a.JPG
cp l/b.png l/z.png
fails 66 'i: no image z.png' "a label without an image is named" --images i --labels l
rm l/z.png
cp "$golden/gray.jpg" l/b.jpg
fails 65 'b.png: more than one image of this name: l/b.jpg|b.jpg: more than one image of this name: l/b.png' \
    "two files of one name" --images i --labels l
echo gone >list
fails 66 'i: no image gone.png' "a missing name of --keys is refused" \
    --images i --keys list
printf 'b\nb\n' >list
fails 65 'list: key b occurs twice' "a name used twice in --keys is refused" \
    --images i --keys list
mkdir none
fails 65 'none: no images in it' "an empty directory is refused" --images none
fails 66 'gone: cannot open: No such' "a missing directory is refused" --images gone
fails 64 'require --images' "--labels without --images is refused" --labels l
fails 64 'not both' "a manifest with --images is refused" --images i pair.tsv

# ---- patterns ----

# keys FILE: the keys of a stream in a line
keys() { seg-info --meta seg.key "$1" | xargs; }
record() { "$root/tests/record.pl" "$@" | seg-cat; }

mkdir -p city/{img,ids}/{aachen,bonn}
for k in aachen/aachen_2 aachen/aachen_10 bonn/bonn_1; do
    cp png/gray8-13x11.png "city/img/${k}_left.png"
    cp png/palette2-13x11.png "city/ids/${k}_gt_ids.png"
    cp png/rgb8-13x11.png "city/ids/${k}_gt_color.png"
done
seg-import --images 'city/img/aachen/*_left.png' \
    --labels 'city/ids/aachen/*_gt_ids.png' -o a.st
is "$(keys a.st)" "aachen_10 aachen_2" "the key is what the star stands for"
is "$(tensor --shape a.st label)" "U8 11,13" "and the label that of this key"
for pattern in '**_left.png' '**/*_left.png' '*/*_left.png' '**_left' '***_left'; do
    seg-import --images "city/img/$pattern" --labels 'city/ids/**_gt_ids.png' -o b.st
    is "$(keys b.st)" "aachen/aachen_10 aachen/aachen_2 bonn/bonn_1" \
        "keys of $pattern have directories"
done
cp city/img/bonn/bonn_1_left.png city/img/top_left.png
seg-import --images 'city/img/**/*_left.png' -o b.st
is "$(keys b.st)" "aachen/aachen_10 aachen/aachen_2 bonn/bonn_1 top" \
    "**/ also stands for no directory"
rm city/img/top_left.png
mkdir city/flat
cp city/ids/bonn/bonn_1_gt_ids.png city/flat/bonn_1_left.png
seg-import --images city/img -o b.st
is "$(keys b.st)" \
    "aachen/aachen_10_left aachen/aachen_2_left bonn/bonn_1_left" \
    "a directory holds the images of its directories"
(cd city/img && seg-import --images '*/*' -o "$dir/c.st" && seg-import --images . -o "$dir/d.st")
is "$(keys c.st)" "$(keys b.st)" "*/* of the working directory has the same keys"
is "$(keys d.st)" "$(keys b.st)" "and so has ."
seg-import -j 1 --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png' -o b.st
seg-import -j 3 --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png' -o c.st
same b.st c.st "one thread and three give the same"
printf 'bonn/bonn_1\n' >list
seg-import --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png' \
    --keys list -o b.st
is "$(keys b.st)" "bonn/bonn_1" "--keys picks keys of a pattern"

cp city/img/bonn/bonn_1_left.png city/img/bonn/bonn_1_left.PNG
fails 65 'city/img/bonn/bonn_1_left.PNG: more than one image of this name: city/img/bonn/bonn_1_left.png' \
    "two files of one key are both named" --images 'city/img/**_left' \
    --labels 'city/ids/**_gt_ids.png'
rm city/img/bonn/bonn_1_left.PNG
mv city/img/aachen/aachen_2_left.png city
fails 66 'left.png: no image aachen/aachen_2; 1 of 3 labels without image$' \
    "a label without image is an error, also with --only-labeled" --only-labeled \
    --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png'
mv city/aachen_2_left.png city/img/aachen
rm -r city/ids/aachen
fails 66 'ids.png: no image aachen/aachen_10; 2 of 3 images without label: --only-labeled leaves them out$' \
    "images without label are named and counted" \
    --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png'
seg-import --images 'city/img/**_left.png' --labels 'city/ids/**_gt_ids.png' \
    --only-labeled -o b.st
is "$(keys b.st)" "bonn/bonn_1" "--only-labeled leaves out images without label"
fails 65 'no label for any of the 3 images' "--only-labeled with no label at all" \
    --images 'city/img/**_left.png' --labels 'city/ids/**_gone.png' --only-labeled
fails 64 'labeled requires --labels' "--only-labeled alone is refused" --only-labeled --images i
fails 65 'no images in it' "a pattern without files is refused" --images 'city/img/*_right.png'
fails 64 'up to 8 stars' "a pattern of nine stars is refused" --images 'i/*a*b*c*d*e*f*g*h*i'
fails 66 'gone: cannot open: No such' "a pattern in a missing directory is refused" \
    --images 'gone/*.png'
mkdir loop
ln -s . loop/loop
fails 65 'more than 32 levels of directories below loop' "a directory in itself is refused" \
    --images loop

# ---- bands in several files ----

mkdir bands
for k in a b; do
    printf 'P5 2 2 255\n\1\2\3\4' >bands/${k}_B02.pgm
    printf 'P5 2 2 255\n\5\6\7\10' >bands/${k}_B8A.pgm
    printf 'P5 1 1 255\n\50' >bands/${k}_B11.pgm
    printf 'P5 2 2 65535\n\1\0\1\1\1\2\1\3' >bands/${k}_B12.pgm
    printf 'P5 2 2 255\n\0\1\1\0' >bands/${k}_label.pgm
done
seg-import --images 'bands/*_{B8A,B02}.pgm' --labels 'bands/*_label.pgm' -o a.st
is "$(keys a.st): $(tensor --shape a.st image)" "a b: U8 2,2,2" \
    "files of a list are one image"
is "$(tensor a.st image | od -An -tu1 | head -n 1 | xargs)" \
    "5 1 6 2 7 3 8 4" "bands have the order of the list"
is "$(tensor a.st label | od -An -tu1 | xargs)" "0 1 1 0" "and one label image"
printf 'a\tbands/a_{B8A,B02}.pgm\tbands/a_label.pgm\nb\tbands/b_{B8A,B02}.pgm\tbands/b_label.pgm\n' >list
seg-import -j 3 list -o b.st
seg-diff a.st b.st >/dev/null
ok $? "a manifest may have lists; three threads give the same"
seg-import --images 'bands/*_{B02,B12}.pgm' -o a.st
is "$(tensor --shape a.st image): $(tensor a.st image | od -An -tfF | head -n 2 | xargs)" \
    "F32 2,2,2: 1 256 2 257 3 258 4 259" "bands of different types become f32"
fails 65 'bands/a_B11.pgm: 1x1 pixels, bands/a_B02.pgm has 2x2: --resample resizes it$' \
    "bands of different sizes are refused" --images 'bands/*_{B02,B11}.pgm'
seg-import --resample --images 'bands/*_{B02,B11}.pgm' -o a.st
is "$(tensor a.st image | od -An -tu1 | head -n 1 | xargs)" \
    "1 40 2 40 3 40 4 40" "--resample gives them the size of the first"
rm bands/b_B02.pgm
fails 66 'bands/b_B02.pgm: cannot open' "a missing band is refused" \
    --images 'bands/*_{B02,B8A}.pgm'
fails 64 'one file' "--strip of several files is refused" --strip 3 \
    --images 'bands/*_{B02,B8A}.pgm'
for geo in "10 0" "20 0" "20 3"; do
    read -r step x <<<"$geo"
    record seg.key="g$step-$x" "seg.geo=scale $step,$step,0\\ntie 0,0,0,$x,50,0\\n" image=U8:$((40 / step)),$((40 / step)),1:"$(yes 7 | head -n $((1600 / step / step)) | paste -sd,)" |
        seg-export --tensor image -f tiff -d bands
done
printf 'k\tbands/g{10,20}-0.tif\n' >list
seg-import --resample list -o a.st
is "$(tensor --shape a.st image)" "U8 4,4,2" "bands of 10 m and 20 m of one area are stacked"
like "$(seg-info --meta seg.geo a.st)" 'scale 10,10,0' "with the georeference of the first"
printf 'k\tbands/g{10-0,20-3}.tif\n' >list
fails 65 'g20-3.tif: covers another area than bands/g10-0.tif: 0.3 pixels' \
    "bands of different areas are refused" --resample list

# ---- polygons ----

mkdir poly
printf 'P5 6 5 255\n%030d' 0 >poly/a.pgm
# The outer ring, a double edge to the inner one, and back: a hole.  Then a
# rectangle over its corner, and a circle outside of the image.
cat >poly/a.json <<'END'
{"version": "5", "imagePath": "a.pgm", "imageData": null, "imageWidth": 6, "imageHeight": 5,
 "shapes": [
  {"label": "cell", "shape_type": "polygon", "points": [[0, 0], [5, 0], [5, 5],
   [0, 5], [0, 0], [2, 2], [2, 3], [3, 3], [3, 2], [2, 2]]},
  {"label": "rim", "shape_type": "rectangle", "points": [[3.6, 3.4], [9, 9]]},
  {"label": "cell", "shape_type": "circle", "points": [[-3, 2], [-2, 2]]}]}
END
printf '%s\t%s\t%s\n' 0 0 background 1 1 cell 2 2 rim >names.tsv
seg-import -M names.tsv --images 'poly/*.pgm' --labels 'poly/*.json' -o a.st
is "$(tensor a.st label | od -An -v -w6 -tu1 | tr -d ' ' | xargs)" \
    "111110 111110 110110 111122 111122" "polygons of labelme, with a hole"
printf 'a\tpoly/a.pgm\tpoly/a.json\n' >list
seg-import -j 3 -M names.tsv list -o b.st
seg-diff a.st b.st >/dev/null
ok $? "polygons of a manifest"
grep -v background names.tsv | sed 's/1\t1/0\t0/; s/2\t2/1\t1/' >no.tsv
fails 65 'a.json: .x 5, y 0. is in no polygon and the label map has no name background' \
    "pixels in no polygon need a name" -M no.tsv list
printf '%s\t%s\t%s\n' 9 ignore background >>no.tsv
seg-import -M no.tsv list >c.st
tensor c.st label | od -An -v -w6 -tu1 | head -n 1 >seen
is "$(xargs <seen)" "0 0 0 0 0 255" "the background can be ignored"
grep -v rim names.tsv >no.tsv
fails 65 'a.json: label rim of shape 1 is not a name of the label map' \
    "an unknown label is refused" -M no.tsv list
fails 65 'a label map .-M. is required' "polygons need a label map" list
# bad PATTERN NAME SED-COMMAND
bad()
{
    sed "$3" poly/a.json >bad.json
    printf 'a\tpoly/a.pgm\tbad.json\n' >bad.tsv
    fails 65 "$1" "$2" -M names.tsv bad.tsv
}
bad '6x5 pixels, its label bad.json has 7x5' "polygons of another size" 's/Width": 6/Width": 7/'
bad 'shape 1: shape_type point; polygon' "a shape without area" 's/rectangle/point/'
bad 'shape 1: 3 points, 2 expected' "a rectangle of 3 points" 's/\[9, 9\]/[9, 9], [1, 1]/'
bad 'shape 1: point 1 is not two numbers' "a point of one number" 's/\[9, 9\]/[9]/'
bad 'shape 1: point 1 is not two numbers up to' "a point far away" 's/\[9, 9\]/[9, 1e300]/'
bad 'shape 1: no label' "a shape without label" 's/"label": "rim",//'
bad 'no list "shapes"' "another JSON file" 's/shapes/forms/'
bad 'bad.json:3: not JSON' "a file that is no JSON" 's/"label": "cell", "shape_type": "polygon"/"label" = 1/'

mkdir -p coco/img/sub
for f in a sub/a sub/c; do cp poly/a.pgm coco/img/$f.pgm; done
cat >coco/all.json <<'END'
{"images": [{"id": 5, "file_name": "a.pgm", "width": 6, "height": 5},
            {"id": 9, "file_name": "sub/a.pgm"}, {"id": 1, "file_name": "gone.pgm"}],
 "categories": [{"id": 20, "name": "rim"}, {"id": 10, "name": "cell"}],
 "annotations": [
  {"image_id": 9, "category_id": 10, "segmentation": {"size": [5, 6], "counts": [5, 5, 20]}},
  {"image_id": 5, "category_id": 20, "segmentation": [[0, 0, 2, 0, 2, 1, 0, 1], [4, 4, 6, 4, 6, 5, 4, 5]]},
  {"image_id": 9, "category_id": 20, "iscrowd": 1, "segmentation": {"size": [5, 6], "counts": [9, 2, 19]}}]}
END
seg-import -j 2 -M names.tsv --images coco/img --labels coco/all.json --only-labeled -o a.st
like "$(seg-info a.st)" "keys      a to sub/a" "COCO: images are found by their names"
is "$(tensor a.st label | od -An -v -w6 -tu1 | tr -d ' ' | xargs)" \
    "220000 000000 000000 000000 000022" "COCO: polygons of several rings"
seg-subset --keys <(echo sub/a) a.st >b.st
is "$(tensor b.st label | od -An -v -w6 -tu1 | tr -s ' ' | sed 's/^ //' | head -n 1)" \
    "0 1 255 0 0 0" "COCO: runs, and an ignored crowd below them"
fails 65 'coco/all.json: no image coco/img/sub/c.pgm' "COCO: an image is missing" \
    -M names.tsv --images coco/img --labels coco/all.json
sed 's/"rim"/"ring"/' coco/all.json >coco/other.json
fails 65 'label ring of shape 0 is not a name of the label map' "COCO: an unknown category" \
    -M names.tsv --images coco/img --labels coco/other.json --only-labeled
cat >coco/all.xml <<'END'
<annotations><image name="a.pgm" width="6" height="5"><box label="rim" xtl="0" ytl="0"
 xbr="2" ybr="1"/></image><image name="sub/a.pgm" width="6" height="5"/></annotations>
END
seg-import -M names.tsv --images coco/img --labels coco/all.xml --only-labeled -o a.st
is "$(tensor a.st label | od -An -v -w6 -tu1 | tr -d ' ' | xargs)" \
    "220000 000000 000000 000000 000000" "CVAT: a box"
sed 's/xtl/tl/' coco/all.xml >coco/bad.xml
fails 65 'coco/bad.xml:1: box: no number xtl' "CVAT: a box without corner" \
    -M names.tsv --images coco/img --labels coco/bad.xml --only-labeled

cp poly/a.json coco/img/a.json
cp poly/a.pgm coco/img/b.pgm
sed 's/rim/ignore/; s/"cell", "shape_type": "circle"/"a b", "shape_type": "circle"/' poly/a.json >coco/img/b.json
seg-import --propose-map --labels 'coco/img/*.json' >seen.tsv
is "$(<seen.tsv)" "# Of the polygons of 2 images.  Columns: value, id, name.  The names are those
# of the polygons; the id ignore leaves pixels out.
# pixels in no polygon
0${tab}0${tab}background
# 1 polygons, in 1 images
1${tab}1${tab}a b
# 3 polygons, in 2 images
2${tab}2${tab}cell
# 1 polygons, in 1 images
3${tab}3${tab}rim
# 1 polygons, in 1 images
255${tab}ignore${tab}ignore" "--propose-map lists the names of polygons"
seg-import -M seen.tsv --images 'coco/img/*.pgm' --labels 'coco/img/*.json' --only-labeled |
    seg-info >seen
ok $? "a proposed map of polygons can be used"
for f in json xml; do
    seg-import --propose-map --labels coco/all.$f | grep -v '^#' | cut -f 3 | xargs
done >seen
is "$(xargs <seen)" "background cell rim ignore background rim" \
    "--propose-map of COCO and CVAT"
printf 'a\tpoly/a.pgm\tpoly/a.json\nb\tpoly/a.pgm\tpoly/a.pgm\n' >list
fails 65 'poly/a.pgm: a label image among files of polygons' \
    "--propose-map of polygons and label images" --propose-map list
fails 65 'poly/a.json: no list "images": COCO instances expected' "COCO: a file of labelme" \
    -M names.tsv --images 'poly/*.pgm' --labels poly/a.json
perl -e 'print "[" x 1e6' >bad.json
fails 65 'not JSON: maximum parsing depth' "a deeply nested file" -M names.tsv bad.tsv
# Every cut of the file is refused in one line.
bytes=$(wc -c <poly/a.json) passed=0
for ((i = 0; i < bytes - 2; i += 7)); do
    head -c "$i" poly/a.json >bad.json
    seg-import -M names.tsv bad.tsv -o out.st 2>err
    [ $? = 65 ] && [ "$(wc -l <err)" = 1 ] && passed=$((passed + 1))
done
is "$passed" "$(((bytes + 4) / 7))" "every cut of a JSON file is refused"

# ---- a label map from labels ----

mkdir guess
printf 'P5 3 2 255\n\0\7\7\377\7\7' >guess/a.pgm
printf 'P5 1 1 255\n\0' >guess/b.pgm
seg-import --propose-map --labels guess >map.tsv
grep -v '^#' map.tsv >seen
printf '0\t0\tclass0\n7\t1\tclass1\n255\tignore\tignore\n' | cmp -s - seen
ok $? "--propose-map lists the values, and ignores 255"
is "$(sed -n 3,4p map.tsv)" "# 28.6 % of all pixels, 2, in 2 images
0	0	class0" "--propose-map counts pixels and images"
printf 'a\tguess/a.pgm\tguess/a.pgm\n' | seg-import -M map.tsv -o a.st
ok $? "the map can be used"
seg-import --propose-map --labels 'guess/*.pgm' -j 1 -o b.tsv
cmp -s map.tsv b.tsv
ok $? "--propose-map writes the same with one thread, and with -o"
printf 'a\tgone.png\tguess/a.pgm\nb\tgone.png\n' | seg-import --propose-map >b.tsv
is "$(grep -vc '^#' b.tsv)" 3 "--propose-map reads the labels of a manifest, and no images"
printf 'P5 2 1 255\n\0\377' >binary.pgm
seg-import --propose-map --labels 'binar*.pgm' | grep -v '^#' >seen
printf '0\t0\tclass0\n255\t1\tclass1\n' | cmp -s - seen
ok $? "--propose-map: with 0 alone, 255 is a class"
mkdir known
printf 'P6 3 1 255\n\200\0\0\0\200\0\300\300\200' >known/a.ppm
seg-import --propose-map --labels known >map.tsv
is "$(grep -v '^#' map.tsv)" "-	0	class0	#008000
-	1	class1	#800000
-	2	class2	#c0c080" "--propose-map lists colors"
seg-import -q -M map.tsv --images known --labels known | seg-info >seen
ok $? "a map of colors can be used"
printf 'P6 2 1 255\n\200\0\0\0\200\0' >known/a.ppm
like "$(seg-import --propose-map --labels known)" 'built in: -M voc' \
    "--propose-map knows the colors of VOC"
pair png/palette2-13x11.png png/palette2-13x11.png
like "$(seg-import --propose-map pair.tsv)" '0	0	class0	#[0-9a-f]{6}' \
    "--propose-map writes the colors of a palette"
like "$(seg-import --propose-map --label-colors pair.tsv)" '-	0	class0	#[0-9a-f]{6}' \
    "--propose-map --label-colors lists colors of a palette"
perl -e 'binmode STDOUT; print "P5 300 1 65535\n", pack "n*", 1 .. 300' >many.pgm
fails 65 '300 values and colors in 1 label images; .* 255 classes' \
    "more values than classes are refused" --propose-map --labels 'man*.pgm'
perl -e 'binmode STDOUT; print "P6 2000 1 255\n", pack "C*", map { ($_ >> 8, $_ & 255, 1) } 1 .. 2000' >many.ppm
fails 65 'many.ppm: more than 1000 colors up to here' \
    "an image instead of a label image is noticed" --propose-map --labels 'man*.ppm'
echo png/gray8-13x11.png >list
fails 65 'no label images' "a manifest without labels is refused" --propose-map list

# ---- size and channels ----

pair png/gray8-300x2.png png/gray8-300x2.png
seg-import --size 150x1 -o a.st pair.tsv
is "$(tensor --shape a.st image)" "U8 1,150,1" "--size: the image has that size"
is "$(tensor --shape a.st label)" "U8 1,150" "--size: the label image has that size"
perl -e 'local $/; open F, "<:raw", $ARGV[0]; my @v = unpack "C*", <F>;
    print pack "C*", map { $v[300 + 2 * $_ + 1] } 0 .. 149' \
    png/gray8-300x2.label >want
tensor a.st label | cmp -s - want
ok $? "--size: a label is the one at the center of the new pixel"
seg-import --size 300x2 -o a.st pair.tsv
tensor a.st image | cmp -s - png/gray8-300x2.image
ok $? "--size: the own size changes nothing"
printf '0\t0\ta\t#000000\n' >few.tsv
fails 65 'value [0-9]+ at .x 1, y 0.' "values are checked before resizing" \
    -M few.tsv --size 1x1 pair.tsv
fails 64 'size' "--size 0x5 is refused" --size 0x5 pair.tsv
while read -r option shape; do
    seg-import --${option/=/ } -o a.st pair.tsv
    is "$(tensor --shape a.st image) $(tensor --shape a.st label)" \
        "U8 $shape,1 U8 $shape" "--$option keeps the aspect of 300x2"
done <<'END'
longest=150 1,150
longest=100 1,100
longest=600 4,600
factor=0.5 1,150
factor=2 4,600
factor=0.001 1,1
END
seg-import --factor 0.5 -o a.st pair.tsv
seg-import --size 150x1 -o b.st pair.tsv
seg-import -j 3 --longest 150 -o c.st pair.tsv
seg-diff a.st b.st >/dev/null && seg-diff b.st c.st >/dev/null
ok $? "--factor 0.5, --longest 150 and --size 150x1 give the same records"
fails 64 'one of --size, --longest and --factor expected, 2 are given' \
    "two sizes are refused" --factor 0.5 --longest 3 pair.tsv
fails 64 'strip excludes' "--strip with --longest is refused" --strip 3 --longest 3 pair.tsv
fails 64 'factor' "--factor 0 is refused" --factor 0 pair.tsv

# A volume of 4x2x1 voxels of 2x3x5 mm, origin 10,20,30: half as large.
perl -e 'binmode STDOUT; my $h = "\0" x 352;
    substr $h, 0, 4, pack "l<", 348;
    substr $h, 40, 16, pack "s<8", 3, 4, 2, 1, 1, 1, 1, 1;
    substr $h, 70, 4, pack "s<2", 2, 8;
    substr $h, 76, 16, pack "f<4", 1, 2, 3, 5;
    substr $h, 108, 4, pack "f<", 352;
    substr $h, 123, 1, chr 2;
    substr $h, 252, 4, pack "s<2", 1, 1;
    substr $h, 268, 12, pack "f<3", 10, 20, 30;
    substr $h, 280, 48, pack "f<12", 2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 5, 30;
    substr $h, 344, 4, "n+1\0"; print $h, pack "C8", 1 .. 8' >v.nii
echo v.nii | seg-import --factor 0.5 -o a.st
like "$(seg-info --meta seg.volume a.st)" \
    'shape=2,1,1 spacing=4,6,5 unit=mm affine=4,0,0,11,0,6,0,21.5,0,0,5,30 ' \
    "--factor: spacing and position of a volume follow"
seg-export --tensor image -d back a.st
gzip -dc back/v.nii.gz | perl -e 'binmode STDIN; local $/; my $h = <STDIN>;
    print join " ", unpack("x42 s<3", $h), unpack("x80 f<3", $h),
        unpack("x252 s<2", $h), unpack("x280 f<12", $h)' >seen
is "$(<seen)" "2 1 1 4 6 5 0 1 4 0 0 11 0 6 0 21.5 0 0 5 30" \
    "and so does the header that seg-export writes"
seg-import --images back --keys <(echo v) -o b.st
like "$(seg-info --meta seg.volume b.st)" "affine=4,0,0,11,0,6,0,21.5,0,0,5,30" \
    "which is read back"
for c in "grayalpha8 1 1" "gray16 3 3" "rgba16 3 3" "rgb8 3 3" "palette4 3 3"; do
    read -r kind n want <<<"$c"
    echo "png/$kind-13x11.png" | seg-import --channels "$n" -o a.st
    like "$(tensor --shape a.st image)" "11,13,$want\$" "--channels $n of $kind"
done
echo png/rgba8-13x11.png | seg-import --channels 3 -o a.st
perl -e 'local $/; open F, "<:raw", $ARGV[0]; my $p = <F>; $p =~ s/(...)./$1/gs;
    print $p' png/rgba8-13x11.image >want
tensor a.st image | cmp -s - want
ok $? "--channels 3 leaves out alpha"
echo png/rgb8-13x11.png >list
fails 65 'has 3 channels; --channels 1 takes gray' "--channels 1 of a color image is refused" \
    --channels 1 list

# ---- in pipes ----

if type parallel >/dev/null 2>&1; then
    for i in 1 2 3 4 5 6 7; do printf 'k%d\t%s\t%s\n' $i $p $p; done >seven.tsv
    parallel --will-cite --pipe -N 3 -k seg-import <seven.tsv 2>err | seg-cat >a.st
    seg-import seven.tsv | seg-cat >b.st
    seg-cat --expect 7 a.st >/dev/null
    ok $? "GNU Parallel: seven records come together"
    n=$(grep -ao '"seg.key": *"k[0-9]"' a.st | grep -o '[0-9]' | tr -d '\n')
    is "$n" 1234567 "GNU Parallel: the records are in order"
else
    skip "GNU Parallel: seven records come together" "no parallel"
fi
seg-import pair.tsv >/dev/full 2>err
is "$?" 74 "a full device is noticed"
is "$(wc -l <err)" 1 "the message about a full device is one line"
fails 71 'memory|limit|bytes' "--mem-limit is kept" --mem-limit 1K pair.tsv

# ---- real images ----

if [ -n "$data" ]; then
    c=$data/camvid
    seg-import -M "$c/labels.tsv" --images "$c/png_sample/images" \
        --labels "$c/png_sample/labels" -o a.st
    ok $? "CamVid: PNGs are read"
    is "$(tensor --shape a.st image)" "U8 360,480,3" \
        "CamVid: the size of a PNG is right"
    head -n 5 "$c/splits/val.txt" >five
    seg-import -M "$c/labels.tsv" --images "$c/images/val" \
        --labels "$c/labels/val" --keys five --size 240x180 -o a.st
    ok $? "CamVid: JPEGs with palette labels are read"
    s=$data/samples
    seg-import --images "$s/voc_style/JPEGImages" \
        --labels "$s/voc_style/SegmentationClass" -o a.st
    ok $? "VOC: palette labels are read"
    tensor a.st label | perl -e 'binmode STDIN; local $/; my %n;
        $n{$_}++ for unpack "C*", <STDIN>;
        exit !($n{0} && $n{255} && !grep { $_ > 20 && $_ < 255 } keys %n)'
    ok $? "VOC: values are background, classes and border"
    seg-import --images "$s/ade20k/images" --labels "$s/ade20k/annotations" -o a.st
    ok $? "ADE20K is read"
    seg-import --channels 3 --images "$s/cocostuff/val_img" \
        --labels "$s/cocostuff/val_label" -o a.st
    ok $? "COCO-Stuff is read"
    fails 65 'value 255 at|value [0-9]+ at' "COCO-Stuff labels with the map of CamVid are refused" \
        -M "$c/labels.tsv" --images "$s/cocostuff/val_img" \
        --labels "$s/cocostuff/val_label"
else
    skip "CamVid, VOC, ADE20K and COCO-Stuff are read" "no ../shared/data"
fi
done_testing
