#!/bin/bash
# Images written by seg-export are read by other programs and compared sample by
# sample: GDAL, the tools of libtiff, pngcheck, numpy, nifti_tool.
. "$(dirname "$0")/lib.sh"
tensor() { "$root/tests/tensor.pl" "$@"; }

# made TYPE BYTES H W C: a stream of one record, key k, with an image of that type
# and C bands (0: [H,W]); the samples have all byte values
made()
{
    perl -e 'my ($t, $b, $h, $w, $c) = @ARGV;
        my $n = $h * $w * ($c || 1); my $d = "";
        for my $i (0 .. $n - 1) {
            my $v = ($i * 2654435761 + ($i >> 3) * 40503) & 0xffffffff;
            $d .= $t eq "F32" ? pack("f<", ($v % 2000003) / 97 - 10000)
                : substr pack("V", $v), 4 - $b, $b }
        my $s = $c ? "$h,$w,$c" : "$h,$w"; my $end = length $d;
        my $j = "{\"__metadata__\":{\"seg.key\":\"k\"},\"image\":{\"dtype\":\"$t\","
            . "\"shape\":[$s],\"data_offsets\":[0,$end]}}";
        print pack("Q<", length $j), $j, $d' "$@"
}
types="U8:1 I8:1 U16:2 I16:2 U32:4 I32:4 F32:4"

python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
have() { type "$1" >/dev/null 2>&1; }

# gdal FILE: its samples read by GDAL, bands interleaved
gdal()
{
    rm -f .raw*
    gdal_translate -q -of ENVI -co INTERLEAVE=BIP "$1" .raw >/dev/null 2>.warned &&
        cat .raw
}
knows_i8=
have gdalinfo && gdalinfo --version | grep -Eq ' (3\.([7-9]|[1-9][0-9])|[4-9])\.' &&
    knows_i8=yes

# ---- TIFF: strips and tiles, each type, up to six bands ----

if have gdal_translate; then
    good=0 bad=
    for t in $types; do
        [ "$t" = I8:1 ] && [ -z "$knows_i8" ] && continue
        for c in 0 1 3 6; do
            for tile in "" "--tile 16"; do
                made "${t%:*}" "${t#*:}" 37 53 $c >in.st
                seg-export -t image -f tiff $tile -d tiff in.st &&
                    tensor in.st image | cmp -s - <(gdal tiff/k.tif) &&
                    good=$((good + 1)) || bad+=" ${t%:*}x$c$tile"
            done
        done
    done
    is "$bad" "" "GDAL reads $good TIFFs, sample for sample"
else
    skip "GDAL reads TIFFs" "no gdal_translate"
fi
# The fourth of four bands is alpha, but not if the image has a georeference.
if have gdalinfo; then
    made U8 1 7 9 4 >in.st
    seg-export -t image -f tiff -d tiff in.st
    is "$(gdalinfo tiff/k.tif | sed -n 's/.*ColorInterp=//p' | xargs)" \
        "Red Green Blue Alpha" "GDAL finds the alpha band"
    made U8 1 7 9 5 >in.st
    seg-export -t image -f tiff -d tiff in.st
    is "$(gdalinfo tiff/k.tif | grep -c 'ColorInterp=Alpha')" 0 \
        "GDAL finds no alpha in five bands"
else
    skip "GDAL finds the alpha band" "no gdalinfo"
fi
if [ -n "$python" ] && "$python" -c 'import tifffile' 2>/dev/null; then
    made U16 2 7 9 4 >in.st
    seg-export -t image -f tiff -d tiff in.st
    is "$("$python" -c 'import tifffile
print([int(x) for x in tifffile.TiffFile("tiff/k.tif").pages[0].extrasamples])')" "[2]" \
        "tifffile finds the alpha band"
else
    skip "tifffile finds the alpha band" "no tifffile"
fi
if have tiffinfo; then
    good=0 bad=
    for t in $types; do
        for c in 0 3 5; do
            made "${t%:*}" "${t#*:}" 37 53 $c >in.st
            seg-export -t image -f tiff -d tiff in.st
            tiffinfo -D tiff/k.tif >info 2>err && [ ! -s err ] &&
                grep -q "Image Width: 53 Image Length: 37" info &&
                good=$((good + 1)) || bad+=" ${t%:*}x$c"
        done
    done
    is "$bad" "" "tiffinfo reads $good TIFFs without a warning"
else
    skip "tiffinfo reads TIFFs" "no tiffinfo"
fi

# ---- PNG: 8 and 16 bits, one to four channels ----

if have pngcheck; then
    bad=
    for t in U8:1 U16:2; do
        for c in 0 1 2 3 4; do
            made "${t%:*}" "${t#*:}" 19 23 $c >in.st
            seg-export -t image -f png -d png in.st && pngcheck -q png/k.png >&2 &&
                { ! have gdal_translate ||
                    tensor in.st image | cmp -s - <(gdal png/k.png); } ||
                bad+=" ${t%:*}x$c"
        done
    done
    is "$bad" "" "pngcheck accepts ten PNGs, and GDAL reads the same samples"
else
    skip "pngcheck accepts ten PNGs" "no pngcheck"
fi

# ---- npy ----

if [ -n "$python" ]; then
    bad=
    for t in $types; do
        for c in 0 1 5; do
            made "${t%:*}" "${t#*:}" 7 11 $c >in.st
            seg-export -t image -f npy -d npy in.st
            "$python" -c 'import numpy; a = numpy.load("npy/k.npy")
a.tofile("raw"); print(a.dtype.str.lstrip("<|").upper(), *a.shape)' >shape &&
                tensor in.st image | cmp -s - raw || bad+=" ${t%:*}x$c"
            tensor --shape in.st image | sed 's/\([UIF]\)\([0-9]*\)/echo \1$((\2 \/ 8))/' |
                tr , ' ' | bash | cmp -s - shape || bad+=" ${t%:*}x$c: $(<shape)"
        done
    done
    is "$bad" "" "numpy reads type, shape and bytes of 21 arrays"
else
    skip "numpy reads arrays" "no numpy"
fi

# Tensors that are no images are exported as npy by default.
perl -e 'my $h = q({"__metadata__":{"seg.key":"k"},"b":{"dtype":"BOOL","shape":[2,3],)
    . q("data_offsets":[0,6]},"d":{"dtype":"F64","shape":[2],"data_offsets":[6,22]},)
    . q("h":{"dtype":"F16","shape":[1,1,2,1],"data_offsets":[22,26]}});
    print pack("Q<", length $h), $h, pack("C6", 1, 0, 1, 1, 0, 0),
        pack("d<2", 0.1, -3e200), pack("v2", 0x3c00, 0xc100)' >arrays.st
for t in b d h; do seg-export -t $t -d $t arrays.st; done
is "$(cd "$dir" && echo b/* d/* h/*)" "b/k.npy d/k.npy h/k.npy" \
    "boolean, f64 and f16 tensors become npy"
if [ -n "$python" ]; then
    is "$("$python" -c 'import numpy
for t in "bdh": a = numpy.load(t + "/k.npy"); print(a.dtype, a.shape, a.ravel().tolist())')" \
        "bool (2, 3) [True, False, True, True, False, False]
float64 (2,) [0.1, -3e+200]
float16 (1, 1, 2, 1) [1.0, -2.5]" "which numpy loads as such"
else
    skip "numpy reads boolean, f64 and f16" "no numpy"
fi

# ---- NIfTI: bands become the fourth axis, x runs fastest ----

if have nifti_tool; then
    bad=
    for t in $types; do
        for c in 0 1 3; do
            made "${t%:*}" "${t#*:}" 7 11 $c >in.st
            seg-export -t image -f nifti -d nifti in.st
            nifti_tool -check_hdr -check_nim -infiles nifti/k.nii.gz >out 2>&1 ||
                bad+=" ${t%:*}x$c"
            gzip -dc nifti/k.nii.gz | tail -c +353 | perl -e 'my ($b, $c) = @ARGV;
                binmode $_ for *STDIN, *STDOUT; local $/; my $d = <STDIN>; my $n = 77;
                for my $p (0 .. $n - 1) { for my $k (0 .. $c - 1) {
                    print substr $d, ($k * $n + $p) * $b, $b } }' \
                "${t#*:}" $((c ? c : 1)) | cmp -s - <(tensor in.st image) ||
                bad+=" ${t%:*}x$c: samples"
        done
    done
    is "$bad" "" "nifti_tool accepts 21 volumes, samples in their order"
else
    skip "nifti_tool accepts volumes" "no nifti_tool"
fi

# ---- classes and georeferences are exported ----

if ! have gdalinfo; then
    skip "gdalinfo reads classes and georeferences" "no gdalinfo"
    done_testing
    exit
fi
seg-synth -n 2 --size 32x32 -s 1 -o a.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -o model.st
seg-predict -q -m model.st --emit labels,probs,embedding -o p.st a.st
seg-export -t probs -d probs p.st
is "$(gdalinfo probs/synth/00000.tif | grep -c 'Type=Float32')" 8 \
    "probabilities have a band of floats for each class"
is "$(gdalinfo probs/synth/00000.tif | sed -n 's/^  Description = //p')" \
    "$(tensor --meta a.st seg.classes | sed 's/\\t/\n/g')" \
        "bands of probabilities have the class names"
seg-export -f tiff -d labels p.st
is "$(gdalinfo labels/synth/00000.tif | sed -n 's/^ *[0-7]: \([0-9]*\),\([0-9]*\),\([0-9]*\),255/\1 \2 \3/p')" \
    "$(tensor --meta a.st seg.palette | tr , '\n' |
        perl -ne 'print join(" ", map { hex } /[0-9a-f]{2}/g), "\n"')" \
    "the palette of labels has the colors of the classes"
perl -e 'my $h = q({"__metadata__":{"seg.key":"k","seg.classes":"a<b & \"c\"\td>"},)
    . q("probs":{"dtype":"F32","shape":[1,1,2],"data_offsets":[0,8]}});
    print pack("Q<", length $h), $h, pack("f<2", 0.25, 0.75)' >odd.st
seg-export -t probs -d odd odd.st
is "$(gdalinfo odd/k.tif | sed -n 's/^  Description = //p')" 'a<b & "c"
d>' "class names may have special characters of XML"

if [ -n "$data" ]; then
    s=$data/samples/sen1floods11/Spain_7370579
    printf 'k\t%s_S2Hand.tif\t%s_LabelHand.tif\n' "$s" "$s" |
        seg-import -q -M "${s%/*}/labels.tsv" -o s.st
    seg-net unet --width 4 --depth 2 --bands 13 | seg-init -q -o model.st
    seg-predict -q -m model.st --emit labels,probs,embedding -o p.st s.st
    where()
    {
        gdalinfo "$1" | grep -E 'Origin|(Upper|Lower) (Left|Right)|ID\['
    }
    for t in pred probs embedding; do
        seg-export -t $t -d $t p.st
        is "$(where $t/k.tif)" "$(where "${s}_S2Hand.tif")" \
            "$t has the georeference of the scene"
    done
    is "$(gdalinfo probs/k.tif | sed -n 's/^  Description = //p')" "land${nl=$'\n'}water" \
        "probabilities of the scene have the class names"
    seg-predict -q -m model.st --emit confidence --copy none s.st |
        seg-export -t confidence -d sure
    is "$(where sure/k.tif)" "$(where "${s}_S2Hand.tif")" \
        "confidence has the georeference of the scene"
    seg-pick --keep embedding p.st | seg-export -t embedding -f tiff -d alone
    is "$(gdalinfo alone/k.tif | grep -c Origin)" 0 \
        "an embedding of an image of unknown size has no georeference"
else
    skip "predictions have the georeference of the scene" "no ../shared/data"
fi
done_testing
