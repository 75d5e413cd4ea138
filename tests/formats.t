#!/bin/bash
# NIfTI, npy, PAM, QOI and rotated photographs: export and import of real files,
# compared with other programs.
. "$(dirname "$0")/lib.sh"
golden=$root/tests/golden
tensor() { "$root/tests/tensor.pl" "$@"; }

# ---- every format from one image ----

seg-synth -n 2 -s 3 -o a.st
seg-export -t image -d png a.st
for f in tiff npy pam qoi nifti; do
    seg-export -t image -f $f -d $f a.st
    ok $? "seg-export writes $f"
    find $f -type f | sort | seg-import -o $f.st
    tensor a.st image >want
    tensor $f.st image | cmp -s - want
    ok $? "seg-import reads the same pixels from $f"
done
ls npy/synth/*.npy | head -n 1 >one
seg-export -f npy -d labels a.st
printf 'k\t%s\t%s\n' "$(<one)" "labels/$(cut -d/ -f2- one)" >m.tsv
seg-import -o l.st m.tsv
ok $? "a label as npy is read"
tensor a.st label >want
tensor l.st label | cmp -s - want
ok $? "a label as npy keeps its values"
for f in png/synth/*.png; do cp "$f" "$(basename "$f").gif"; done
ls ./*.gif | seg-import -o b.st
ok $? "the first bytes decide the format, not the suffix"

# ---- the pages and the table of formats ----

printf '\1\2\3' >junk.bin
mkdir -p none/labels && cp png/synth/*0.png none
seg-import <<<junk.bin 2>titles -o gone.st
titles=$(sed -n 's/.*: neither \(.*\) by its first bytes/\1/p' titles)
missing=
for title in ${titles//, / }; do
    [ "$title" = nor ] || grep -q "^\.It $title" "$root/man/seg-import.1" ||
        missing+=" $title"
done
is "$missing" "" "seg-import(1) describes each format: $titles"
seg-import --images none --labels none/labels 2>suffixes -o gone.st
missing=
for suffix in $(grep -o '\.[a-z.]*[a-z]' <<<"$(sed 's/.*no image //' suffixes)"); do
    grep -qF "$suffix" "$root/man/seg-import.1" || missing+=" $suffix"
done
like "$(<suffixes)" 'no image .*\.png, .* or \.' "a missing label names the suffixes"
is "$missing" "" "seg-import(1) names each suffix"
missing=
for name in $(seg-export --options | grep -o 'auto,[a-z,]*' | tr , ' '); do
    grep -q "^\.Ql $name\b" "$root/man/seg-export.1" || missing+=" $name"
done
is "$missing" "" "seg-export(1) describes each choice of --format"
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
if [ -n "$python" ]; then
    "$python" -c 'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype)
a.tofile("raw")' "$(<one)" >shape
    ok $? "numpy loads the npy"
    tensor a.st image | cmp -s - raw
    ok $? "numpy reads the same bytes from the npy"
else
    skip "numpy loads the npy" "no numpy"
fi
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'from PIL import Image, QoiImagePlugin' 2>/dev/null && python=$p && break
done
if [ -n "$python" ]; then
    "$python" -c 'from PIL import Image; import sys
open("raw", "wb").write(Image.open(sys.argv[1]).tobytes())' "$(ls qoi/synth/*.qoi | head -n 1)"
    tensor a.st image | cmp -s - raw
    ok $? "Pillow reads the same pixels from the QOI"
else
    skip "Pillow reads the same pixels from the QOI" "no Pillow"
fi
seg-export -f qoi --rgb -d labels a.st
ok $? "a label in colors is written as QOI"
status_is 65 "a label of class ids as QOI" seg-export -f qoi -d labels a.st
like "$(<.err)" 'does not fit in a QOI: \[H,W,3\] or \[H,W,4\]' "a label of class ids as QOI: the message gives the shapes"
head -c 1000 "$(find qoi -name '*.qoi' | head -n 1)" >cut.qoi
status_is 65 "a truncated QOI is refused" seg-import <<<cut.qoi
is "$(wc -l <.err)" 1 "a truncated QOI: the message is one line"
like "$(<.err)" '^seg-import: cut.qoi: damaged QOI: cut off after [0-9]+ of 9216 pixels' "a truncated QOI: the message names it"

# ---- EXIF ----

echo "$golden/turned.jpg" | seg-import -o t.st 2>err
like "$(<err)" 'turned' "a rotated photograph causes a warning"
echo "$golden/turned.jpg" | seg-import --exif -o u.st 2>err
is "$(<err)" "" "--exif: no warning"
is "$(tensor --meta u.st seg.exif)" "" "--exif: the record has no seg.exif"
read -r _ s <<<"$(tensor --shape t.st image)"
read -r _ u <<<"$(tensor --shape u.st image)"
is "$u" "$(awk -F, '{ print $2 "," $1 "," $3 }' <<<"$s")" "--exif: width and height are exchanged"

# ---- hostile files: the kinds are in tests/unit/hostile_images.c ----

printf 'P5 32000 32000 255\n' >bomb.pgm
status_is 65 "an image larger than its file is refused" seg-import <<<bomb.pgm
is "$(<.err)" "seg-import: bomb.pgm: damaged PNM: 32000x32000x1 samples are more than 0 bytes can hold" \
    "an image larger than its file: the message is one line"
{ printf 'P5 4000 4000 255\n'; head -c 16000000 /dev/zero; } >large.pgm
status_is 71 "a file over --mem-limit" seg-import --mem-limit 15M <<<large.pgm
like "$(<.err)" 'large.pgm: out of memory: .* limit of 15728640 bytes' "a file over --mem-limit: the message names it"
head -c 1000 "$(find tiff -name '*.tif' | head -n 1)" >cut.tif
status_is 65 "a truncated TIFF is refused" seg-import <<<cut.tif
like "$(<.err)" '^seg-import: cut.tif: damaged TIFF: ' "a truncated TIFF: the message names it"

# ---- wrong use ----

for w in 40 40,0 40,-1 x,1 40,400,1 nan,1; do
    status_is 64 "--ct-window $w" seg-import --ct-window $w <<<x.png
done
status_is 64 "--axis w" seg-import --axis w <<<x.png

if [ -z "$data" ]; then
    skip "volumes" "no ../shared/data"
    done_testing
    exit
fi

# ---- volumes ----

h=$data/msd_hippocampus
head -n 2 "$h/splits/train.txt" >two
seg-import -M "$h/labels.tsv" --images "$h/imagesTr" --labels "$h/labelsTr" \
    --keys two -o v.st
ok $? "volumes and their labels are read as slices"
seg-export -d vl -M "$h/labels.tsv" v.st
seg-export -t image -d vi v.st
seg-import -M "$h/labels.tsv" --images vi --labels vl --keys two -o w.st
tensor v.st image >want
tensor w.st image | cmp -s - want
ok $? "slices are written as volumes and read again, the same"
key=$(head -n 1 two)
gzip -dc <"$h/imagesTr/$key.nii.gz" | tail -c +353 >want
gzip -dc <"vi/$key.nii.gz" | tail -c +353 | cmp -s - want
ok $? "an exported volume has the voxels of the imported file"
for a in x y; do
    echo "$h/imagesTr/$key.nii.gz" | seg-import --axis $a |
        seg-export -t image -d v$a
    same "vi/$key.nii.gz" "v$a/$key.nii.gz" "sliced along $a: the same file"
done
c=$data/samples/ct_mr_totalseg
printf 'ct\t%s\t%s\n' "$c/example_ct_sm.nii.gz" "$c/example_seg.nii.gz" >ct.tsv
seg-import --ct-window 40,400 -o ct.st ct.tsv
is "$(tensor --shape ct.st image) $(tensor --shape ct.st label)" \
    "U8 101,122,1 U8 101,122" "--ct-window: a CT image and its labels are u8"
seg-pick --from 3 -o few.st ct.st
status_is 65 "a volume with slices missing" seg-export -t image -d few few.st
like "$(<.err)" 'slice [0-9]+ of 30 is missing' "a volume with slices missing: the message names one"
printf 'x\t%s\t%s\n' "$h/imagesTr/$key.nii.gz" "$c/example_seg.nii.gz" >bad.tsv
status_is 65 "a label of another volume" seg-import bad.tsv
if type nifti_tool >/dev/null 2>&1; then
    nifti_tool -check_hdr -check_nim -infiles "vi/$key.nii.gz" "vl/$key.nii.gz" >check 2>&1
    ok $? "nifti_tool accepts the headers"
    nifti_tool -diff_hdr -infiles "$h/imagesTr/$key.nii.gz" "vi/$key.nii.gz" >diff
    is "$(grep -Ev 'name|---|scl_slope|scl_inter|cal_m|vox_offset|^ *$|^N-' diff)" "" \
        "headers before and after differ only in scaling"
else
    skip "nifti_tool accepts the headers" "no nifti_tool"
fi
done_testing
