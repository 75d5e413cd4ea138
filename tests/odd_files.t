#!/usr/bin/env bash
# Odd, unsupported and damaged files: odd ones are read with all pixels, the others
# are refused with a true reason.
. "$(dirname "$0")/lib.sh"
golden=$root/tests/golden
tensor() { "$root/tests/tensor.pl" "$@"; }

# reads FILE WARNING NAME: the pixels are those of $dir/want, with this warning or
# none
reads()
{
    echo "$1" | seg-import -o out.st 2>err
    local status=$?
    tensor out.st image >seen 2>/dev/null
    [ $status = 0 ] && cmp -s seen want && if [ -n "$2" ]; then
        [ "$(wc -l <err)" = 1 ] && grep -q "^seg-import: warning: $1: $2" err
    else
        [ ! -s err ]
    fi
    ok $? "seg-import reads $3"
    rm -f out.st
}

# refuses FILE MESSAGE NAME: ends with 65, one line and no output
refuses()
{
    echo "$1" | seg-import -o out.st 2>err
    [ $? = 65 ] && [ ! -e out.st ] && [ "$(wc -l <err)" = 1 ] &&
        grep -qE "^seg-import: $1: $2" err
    ok $? "seg-import refuses $3: $(cut -c 1-100 err)"
}

# ---- PNG: damaged metadata are no reason to refuse a file ----

cat >png.pl <<'END'
use Compress::Zlib;
sub chunk { my ($t, $d) = @_;
    return pack("N", length $d) . $t . $d . pack("N", crc32($t . $d)) }
sub spoiled { my $c = chunk(@_); substr($c, -1) ^= "\1"; return $c }
sub png { my ($name, @chunks) = @_; open F, ">:raw", "$name.png";
    print F "\x89PNG\r\n\x1a\n", @chunks; close F }
my $zip = \&Compress::Zlib::compress;
my $head = chunk("IHDR", pack("NNCCCCC", 3, 2, 8, 0, 0, 0, 0));
my $rows = "\0\1\2\3\0\4\5\6";
my ($data, $end) = (chunk("IDAT", $zip->($rows)), chunk("IEND", ""));
my @texts = map { chunk("tEXt", "exif:Field$_\0value $_") } 1 .. 60;
png("plain", $head, $data, $end);
png("texts", $head, @texts, $data, $end);
png("after", $head, $data, @texts, $end);
my %meta = (
    zTXt => "Comment\0\0" . $zip->("x" x 9000000),
    iTXt => "Comment\0\1\0en\0\0" . $zip->("x" x 9000000),
    tEXt => "",
    iCCP => "profile\0\0" . "no zlib at all",
    eXIf => "MM\0*\xff\xff\xff\xff",
    gAMA => pack("N", 0), cHRM => "\xff" x 32, sRGB => "\7",
    tIME => "\0\0\x0d\x20\x19\x3d\x3d", sPLT => "p\0\x07", hIST => "\0",
    pHYs => "\0" x 9, bKGD => "\0" x 6, sBIT => "\0\0\0\0", tRNS => "\0",
    oFFs => "x", sCAL => "\1", pCAL => "x\0", vpAg => "", zzZz => "x" x 5000,
    acTL => "\0", fcTL => "\0" x 3, fdAT => "\0\0\0\1nothing");
png("meta$_", $head, chunk($_, $meta{$_}), $data, $end) for keys %meta;
png("twice$_", $head, (chunk($_, $meta{$_})) x 2, $data, $end) for keys %meta;
png("late$_", $head, $data, chunk($_, $meta{$_}), $end) for keys %meta;
png("spoiled$_", $head, spoiled($_, $meta{$_}), $data, $end) for keys %meta;
png("palette", $head, chunk("PLTE", "ab"), $data, $end);
png("twoends", $head, $data, chunk("IDAT", "more" x 9), $end);
png("longer", $head, chunk("IDAT", $zip->($rows . "more")), $end);
png("behind", $head, $data, $end, "a second file");
png("split", $head, (map { chunk("IDAT", $_) } split //, $zip->($rows)), $end);
png("noend", $head, $data);
png("cutearly", $head, substr($texts[0], 0, 20));
png("cutmeta", $head, $data, substr($texts[0], 0, 20));
# files that lost pixels, or are of another kind
png("sum", $head, spoiled("IDAT", $zip->($rows)), $end);
png("few", $head, chunk("IDAT", $zip->("\0\1\2\3")), $end);
png("head", spoiled("IHDR", pack("NNCCCCC", 3, 2, 8, 0, 0, 0, 0)), $data, $end);
png("inner", $head, substr($data, 0, 20));
png("apple", chunk("CgBI", "\0" x 4), $head, $data, $end);
png("turned", $head, spoiled("IDAU", $zip->($rows)), $end);
png("vast", chunk("IHDR", pack("NNCCCCC", 2000000, 2, 8, 0, 0, 0, 0)), $data,
    $end);
print join " ", sort keys %meta;
END
metas=$(perl png.pl)
printf '\1\2\3\4\5\6' >want
reads plain.png "" "a PNG"
reads texts.png "" "a PNG of 60 texts"
reads after.png "" "a PNG of 60 texts after the pixels"
for m in $metas; do
    reads "meta$m.png" "" "a PNG with meaningless $m"
    reads "twice$m.png" "" "a PNG with $m twice"
    reads "late$m.png" "" "a PNG with $m after the pixels"
    reads "spoiled$m.png" "metadata with a wrong checksum: chunk $m" \
        "one with a wrong check sum"
done
reads palette.png "" "a gray PNG with a palette"
reads split.png "" "a PNG with a chunk for each byte of pixels"
reads twoends.png "36 bytes follow the last pixel" "a PNG with a further chunk of pixels"
reads longer.png "compressed data after the last pixel" "a PNG with more pixels than its header"
reads behind.png "" "a PNG with bytes after its end"
reads noend.png "the PNG has no end mark" "a PNG without an end mark"
reads cutmeta.png "the PNG has no end mark" "a PNG cut in a text after the pixels"
refuses sum.png "damaged PNG: IDAT: CRC error" "a PNG of pixels with a wrong check sum"
refuses few.png "damaged PNG: Not enough image data" "a PNG without its last row"
refuses head.png "damaged PNG: IHDR: CRC error" "a PNG with a wrong check sum of its header"
refuses inner.png "damaged PNG: the file ends too early" "a PNG cut in the pixels"
refuses cutearly.png "damaged PNG: the file ends within chunk tEXt at byte 33" \
    "cut in a text before them"
refuses apple.png "not supported: a PNG with a critical chunk CgBI" "a PNG of iOS"
refuses turned.png "damaged PNG: chunk IDAU at byte 33 has a wrong checksum" \
    "a bit of the type of a chunk"
refuses vast.png "not supported: a PNG of 2000000x2 pixels" "a PNG that is too wide"
# the text chunk of seg-export is found among others
cat >ids.pl <<'END'
do "./png.pl"; my @t = map { chunk("tEXt", "Field$_\0value") } 1 .. 20;
my $h = chunk("IHDR", pack("NNCCCCC", 2, 1, 8, 0, 0, 0, 0));
my $d = chunk("IDAT", Compress::Zlib::compress("\0\0\1"));
png("ids", $h, @t, chunk("tEXt", "segpipe\0class ids"), @t, $d,
    chunk("IEND", ""));
END
perl ids.pl >/dev/null
printf '5\t0\ta\n7\t1\tb\n' >map.tsv
printf 'k\tids.png\tids.png\n' >pair.tsv
status_is 65 "a PNG of class ids is recognized after 20 texts" \
    seg-import -M map.tsv pair.tsv
like "$(<.err)" 'a label map was applied already' \
    "a PNG of class ids is not mapped again"

# ---- a palette whose colors are in the map, and whose indices are not ----

cat >indexed.pl <<'END'
do "./png.pl";
png("indexed", chunk("IHDR", pack("NNCCCCC", 3, 1, 8, 3, 0, 0, 0)),
    chunk("PLTE", "\1\2\3\xff\0\0\0\xff\0"),
    chunk("IDAT", Compress::Zlib::compress("\0\0\2\1")), chunk("IEND", ""));
END
perl indexed.pl >/dev/null
printf '%s\t0\ta\t#010203\n%s\t1\tb\t#ff0000\n%s\t2\tc\t#00ff00\n' \
    10 20 30 >values.tsv
sed 's/^[0-9]*/-/' values.tsv >colors.tsv
sed 's/^10/0/; s/#ff0000/#fe0000/' values.tsv >others.tsv
printf 'k\tindexed.png\tindexed.png\n' >l
for m in values colors; do
    status_is 65 "indices that are not in the map are refused: $m" \
        seg-import -M $m.tsv l
    is "$(<.err)" "seg-import: indexed.png: value 0 at (x 0, y 0) is not in the label map, but the colors of its palette are: --label-colors goes by color" \
        "indices that are not in the map: the message names --label-colors ($m)"
    seg-import --label-colors -M $m.tsv -o color.st l
    is "$(numbers color.st label | xargs)" "0 2 1" \
        "--label-colors finds the classes of those colors ($m)"
done
status_is 65 "a palette with neither indices nor colors in the map is refused" \
    seg-import -M others.tsv l
like "$(<.err)" 'value 2 at .* is not in the label map, nor 1 at' \
    "the value and the color not in the map are named"

# ---- JPEG: bytes outside the scans ----

cat >jpeg.pl <<'END'
local $/; open F, "<:raw", $ARGV[0]; my $j = <F>;
sub put { open F, ">:raw", "$_[0].jpg"; print F $_[1]; close F }
my $q = index $j, "\xff\xdb"; my $s = index $j, "\xff\xda";
my $stray = "\1\2\3\4" x 6;
put("table", substr($j, 0, $q) . $stray . substr $j, $q);
put("scan", substr($j, 0, $s) . $stray . substr $j, $s);
put("end", substr($j, 0, -2) . $stray . "\xff\xd9");
put("both", substr($j, 0, $q) . $stray . substr($j, $q, -2) . "$stray\xff\xd9");
put("behind", $j . $stray x 1000);
put("noend", substr $j, 0, -2);
sub app { my ($m, $d) = @_; return chr(255) . chr($m) . pack("n", 2 + length $d) . $d }
sub after { return substr($j, 0, 2) . join("", @_) . substr $j, 2 }
put("exif", after(app(0xe1, "Exif\0\0MM\0*\xff\xff\xff\xff")));
put("exifcut", after(app(0xe1, "Exif\0\0")));
put("icc", after(app(0xe2, "ICC_PROFILE\0\x09\x02nonsense")));
put("comments", after((app(0xfe, "x" x 60000)) x 20));
my $d = $j; $d =~ s/(JFIF\0..)...../$1\x09\xff\xff\0\0/s; put("density", $d);
$d = $j; $d =~ s/(JFIF\0).../$1\x09\x09\1/s; put("version", $d);
put("inside", substr($j, 0, $s + 60) . substr $j, $s + 100);
my $h = index $j, "\xff\xc4";
put("huffman", substr($j, 0, $h) . "\1\2" . substr $j, $h + 2);
$d = $j; $d =~ s/\xff\xc0(..)\x08/\xff\xc0$1\x0c/s; put("twelve", $d);
$d = $j; $d =~ s/\xff\xc0(..)/\xff\xc3$1/s; put("lossless", $d);
$d = $j; $d =~ s/\xff\xc0(...)../\xff\xc0$1\0\0/s; put("lines", $d);
substr($d = $j, 3, 1) = "\xf7"; put("ls", $d);
END
perl jpeg.pl "$golden/color.jpg"
echo "$golden/color.jpg" | seg-import -o whole.st
tensor whole.st image >want
stray='odd JPEG: at least [12][0-9] stray bytes before marker 0x'
reads table.jpg "${stray}db" "a JPEG with stray bytes before a table"
reads scan.jpg "${stray}da" "a JPEG with stray bytes before the scan"
reads end.jpg "${stray}d9" "a JPEG with stray bytes before the end mark"
reads both.jpg "${stray}db, and 1 more" "a JPEG with stray bytes in two places, with one warning"
reads behind.jpg "" "a JPEG with bytes after the end mark"
reads noend.jpg "the JPEG ends without its end mark" \
    "a JPEG without an end mark"
reads exif.jpg "" "a JPEG with a meaningless EXIF block"
reads exifcut.jpg "" "a JPEG with an empty EXIF block"
reads icc.jpg "" "a JPEG with a meaningless color profile"
reads comments.jpg "" "a JPEG with 20 long comments"
reads density.jpg "" "a JPEG with a meaningless density"
reads version.jpg "odd JPEG: .*JFIF revision" "a JPEG of an unknown version of JFIF"
refuses inside.jpg "damaged JPEG: " "a JPEG with missing bytes in the scan"
refuses huffman.jpg "damaged JPEG: .*a Huffman table is missing" "a JPEG without a Huffman table"
refuses twelve.jpg "not supported: JPEG of 12 bits a sample" "a JPEG of 12 bits"
refuses lossless.jpg "not supported: lossless JPEG" "a lossless JPEG"
refuses lines.jpg "not supported: JPEG whose height is 0" "a JPEG without a height"
refuses ls.jpg "not supported: JPEG-LS" "JPEG-LS"
echo "$golden/progressive.jpg" | seg-import -o whole.st
tensor whole.st image >want
head -c -2 "$golden/progressive.jpg" >prog.jpg
reads prog.jpg "the JPEG ends without its end mark" "a progressive JPEG with all scans and no end mark"
perl -e 'local $/; open F, "<:raw", $ARGV[0]; my $j = <F>;
    print substr $j, 0, rindex($j, "\xff\xda")' "$golden/progressive.jpg" >last.jpg
refuses last.jpg "damaged JPEG: " "a progressive JPEG without its last scan"

# ---- npy ----

cat >npy.pl <<'END'
sub npy { my ($name, $head, $data, $version) = @_; my $wide = ($version // 1) > 1;
    open F, ">:raw", "$name.npy"; $head .= "\n";
    print F "\x93NUMPY", chr($version // 1), "\0",
        pack($wide ? "V" : "v", length $head), $head, $data; close F }
sub head { my ($t, $f, $s) = @_;
    return "{'descr': '$t', 'fortran_order': $f, 'shape': ($s), }" }
my ($c, $f) = (pack("C*", 1 .. 6), pack("C*", 1, 4, 2, 5, 3, 6));
npy("c", head("|u1", "False", "2, 3"), $c);
npy("f", head("|u1", "True", "2, 3"), $f);
npy("two", head("|u1", "True", "2, 3"), $f, 2);
npy("three", head("|u1", "True", "2, 3"), $f, 3);
npy("long", head("|u1", "False", "2L, 3L"), $c);
npy("quotes", head("|u1", "False", "2, 3") =~ tr/'/"/r, $c);
npy("bool", head("|b1", "True", "2, 3"), pack("C*", 1, 0, 1, 1, 0, 0));
npy("more", head("|u1", "False", "2, 3"), $c . "more");
npy("f3", head("|u1", "True", "1, 2, 3"), pack "C*", 1, 4, 2, 5, 3, 6);
npy("big", head(">i2", "True", "2, 3"), pack("n*", 1, 4, 2, 5, 3, 6));
npy("object", head("|O", "False", "2, 3"), "\x80\2]q\0.");
my %types = ("|i1" => "c", "<i4" => "l<", ">u4" => "N", "<i8" => "q<",
    "<u8" => "Q<", "<f8" => "d<", "<f4" => "f<");
my %name = ("|i1" => "i1", "<i4" => "i4", ">u4" => "u4", "<i8" => "i8",
    "<u8" => "u8", "<f8" => "f8", "<f4" => "f4");
npy("type$name{$_}", head($_, "False", "2, 3"), pack("$types{$_}*", 1 .. 6))
    for keys %types;
npy("typef2", head("<f2", "False", "2, 3"), pack("v*", 0x3c00, 0x4000, 0x4200,
    0x4400, 0x4500, 0x4600));
npy("large", head("<u4", "False", "1, 3"), pack("V*", 16777216, 16777217,
    4294967295));
npy("whole", head("<f4", "True", "1, 3"), pack("f<*", 0, 1.0004, 1.9995));
npy("half", head("<f4", "True", "1, 3"), pack("f<*", 0, 1, 2.5));
npy("long8", head("<i8", "False", "1, 3"), pack("q<*", 0, 1, 2));
npy("huge8", head("<i8", "False", "1, 3"), pack("q<*", 0, 1, 4294967297));
npy("color", head("|u1", "False", "1, 3"), "\0\0\0");
END
perl npy.pl
printf '\1\2\3\4\5\6' >want
reads c.npy "" "npy in C order"
reads f.npy "" "npy in Fortran order"
reads two.npy "" "npy of version 2"
reads three.npy "" "npy of version 3"
reads long.npy "" "npy with sizes of Python 2"
reads quotes.npy "" "npy with double quotes"
reads more.npy "4 bytes follow the array" "npy with bytes after the array"
refuses object.npy "not supported: an npy of pickled objects" "npy of objects"
reads f3.npy "" "npy of three axes in Fortran order" # [1,2,3]: two pixels of 3
perl -e 'print pack "s<*", 1 .. 6' >want
reads big.npy "" "big-endian npy in Fortran order"
perl -e 'print pack "C*", 1, 1, 0, 0, 1, 0' >want
reads bool.npy "" "boolean npy in Fortran order"
perl -e 'print pack "C*", 1, 2, 3, 4, 5, 6' >want

# ---- types that all programs accept ----

perl -e 'print pack "f<*", 1 .. 6' >want
for t in i1 i4 u4 i8 u8 f2 f4 f8; do
    reads type$t.npy "" "an image of $t as f32"
done
perl -e 'print pack "f<*", 16777216, 16777216, 4294967296' >want
reads large.npy "2 values are rounded to f32, by 1 at most" "an image that is rounded to f32"
for t in i1 u4 i8; do echo type$t.npy; done | seg-import -o types.st
for p in "seg-stat" "seg-augment --views 1 --color 0.2" \
    "seg-sample --crop 2 -n 2 --intensity"; do
    $p types.st >/dev/null 2>err
    ok $? "$p accepts odd files ($(head -n 1 err))"
done
printf 'k\tcolor.npy\twhole.npy\n' >l
seg-import -o whole.st l 2>err
is "$? $(tensor whole.st label | perl -ne 'print unpack "H*"' )" "0 000102" \
    "labels that are whole numbers within 0.0005 are accepted"
is "$(<err)" "seg-import: warning: whole.npy: 2 label values are rounded to whole numbers, by 0.0005 at most" \
    "labels that are not quite whole numbers are warned of"
printf 'k\tcolor.npy\thalf.npy\n' >l
status_is 65 "a label of 2.5 is refused" seg-import l
like "$(<.err)" 'half.npy: value 2.5 at \(x 2, y 0\) is no label' \
    "the label of 2.5 is named"
printf 'k\tcolor.npy\tlong8.npy\n' >l
seg-import -o long8.st l
is "$(tensor long8.st label | perl -ne 'print unpack "H*"' )" "000102" \
    "labels of 64 bits are accepted"
printf 'k\tcolor.npy\thuge8.npy\n' >l
status_is 65 "a label of 2^32 + 1 is refused" seg-import l
like "$(<.err)" 'value 4.29497e\+09 at \(x 2, y 0\) is no label' \
    "the label of 2^32 + 1 is named"

# ---- NIfTI: the header ----

cat >nifti.pl <<'END'
my ($name, $type, $slope, $inter, $pack, @voxels) = @ARGV;
my %bits = (2 => 8, 4 => 16, 8 => 32, 16 => 32, 64 => 64, 256 => 8);
my $h = "\0" x 352;
substr($h, 0, 4) = pack "l<", 348;
substr($h, 40, 16) = pack "s<8", 3, 2, 1, @voxels / 2, 1, 1, 1, 1;
substr($h, 70, 4) = pack "s<2", $type, $bits{$type};
substr($h, 76, 32) = pack "f<8", (1) x 8;
substr($h, 108, 12) = pack("f<", 352) . pack("f<2", $slope, $inter);
substr($h, 344, 4) = "n+1\0";
open F, ">:raw", "$name.nii"; print F $h, pack "$pack*", @voxels;
END
nifti() { perl nifti.pl "$@"; }
nifti sound 2 1 0 C 0 1 2 1 0 2
nifti nan 2 nan nan C 0 1 2 1 0 2
nifti step 4 0.25 0 s 0 4 8 4 0 8
nifti off 4 0.000167849 5.50008 s -32768 -26810 -20853 -26810 32767 -20853
nifti part 4 0.5 0 s 0 2 4 2 5 4
nifti wide 8 1 0 l 16777217 0 0 0 16777219 7
for f in sound nan step; do
    printf 'k\tsound.nii\t%s.nii\n' $f | seg-import -o $f.st 2>err.$f
    is "$(numbers $f.st label | xargs)" "0 1 2 1 0 2" "the label volume $f is read"
done
is "$(<err.sound)$(<err.step)" "" "sound label volumes are not warned of"
is "$(<err.nan)" "seg-import: warning: nan.nii: scl_slope is nan and scl_inter nan: values are as stored" \
    "a slope of nan is warned of once for each volume"
printf 'k\tsound.nii\toff.nii\n' | seg-import -o off.st 2>err
is "$(numbers off.st label | xargs)" "0 1 2 1 11 2" \
    "labels are rounded after the scale of the file"
is "$(grep -c 'off.nii: 6 label values are rounded to whole numbers, by 7' err) $(wc -l <err)" \
    "1 1" "rounded labels are counted over all slices"
printf 'k\tsound.nii\tpart.nii\n' >l
status_is 65 "a label of 2.5 in a volume is refused" seg-import l
like "$(<.err)" 'part.nii: value 2.5 at \(x 0, y 0\) is no label' \
    "the label of 2.5 in a volume is named"
echo wide.nii | seg-import -o wide.st 2>err
is "$(numbers wide.st image | xargs)" "16777216 0 0 0 16777220 7" \
    "a volume of i32 becomes f32"
is "$(<err)" "seg-import: warning: wide.nii: 2 values are rounded to f32, by 1 at most" \
    "a volume of i32 that is rounded is warned of"
{ gzip -c <(head -c 200 sound.nii); gzip -c <(tail -c +201 sound.nii); } >two.nii.gz
echo sound.nii | seg-import -o a.st
echo two.nii.gz | seg-import -o b.st
numbers a.st image >want.txt
numbers b.st image | cmp -s - want.txt
ok $? "gzip of two members is read"

perl -e 'print "P5 40000 2 255\n", "a" x 80000' >long.pgm
echo long.pgm | seg-import -o long.st
status_is 65 "seg-export -f nifti refuses a row of 40000 pixels" \
    seg-export -t image -f nifti -d long long.st
like "$(<.err)" '40000x2x1x1 voxels do not fit in a NIfTI-1' \
    "seg-export -f nifti names the size"

# ---- files of other kinds ----

printf 'BM\72\0\0\0\0\0\0\0\66\0\0\0\50\0\0\0' >a.bmp
printf 'GIF89a\1\0\1\0' >a.gif
printf 'RIFF\44\0\0\0WEBPVP8 ' >a.webp
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' >a.png
printf '<!DOCTYPE html><html>' >a.jpg
printf 'hello' | gzip >a.nii.gz
{ printf '\134\1\0\0'; head -c 344 /dev/zero; } >a.hdr
: >a.tif
refuses a.bmp "not supported: a BMP image; convert it to PNG .magick" BMP
refuses a.gif "not supported: a GIF image" GIF
refuses a.webp "not supported: a WebP image" WebP
refuses a.png "not supported: a Git LFS pointer" "a Git LFS pointer"
refuses a.jpg "not supported: an HTML page" "an HTML page"
refuses a.nii.gz "not supported: a gzip file of a text file" "a compressed text"
refuses a.hdr "not supported: an Analyze 7.5 header" Analyze
refuses a.tif "empty file" "an empty file"
printf 'P5 1 1 255\nabc' >more.pgm
printf a >want
reads more.pgm "2 bytes follow the image" "a PGM with bytes after the image"
printf 'P5 1 1 255\naP5 1 1 255\nb' >two.pgm
refuses two.pgm "not supported: several images in one PNM" "a file of two PGM"
done_testing
