#!/usr/bin/env bash
# Warnings of data that is valid but probably wrong: once, with the number and the
# position.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

noise=$(perl -e 'print join ",", map { ($_ * 37 + ($_ >> 4) * 11) % 256 } 0 .. 255')

# make FILE KEY IMAGE LABEL [META ...]: a record of 16 x 16 pixels
make()
{
    local file=$1 key=$2 image=$3 label=$4
    shift 4
    "$root/tests/record.pl" seg.key="$key" "$@" image="${image/:/:16,16,1:}" \
        ${label:+label=U8:16,16:$label} >.plain && seg-cat -q -o "$file" .plain
}
split() { perl -e '($a, $b) = @ARGV; print join ",", map { $_ % 16 < 12 ? $a : $b } 0 .. 255' "$@"; }
ab='seg.classes=back\tobj'

# ---- a palette that contradicts the label map ----

make in.st k U8:"$noise" "$(split 0 1)" "$ab"
printf '0\t0\tback\t#1f77b4\n1\t1\tobj\t#ff7f0e\n' >map.tsv
printf '0\t0\tback\t#ff7f0e\n1\t1\tobj\t#1f77b4\n' >turned.tsv
printf '0\t0\tback\t#1f77b4\n1\t1\tobj\t#00ff00\n' >half.tsv
printf '0\t0\tback\t#010203\n1\t1\tobj\t#040506\n' >others.tsv
cut -f 1-3 map.tsv >plain.tsv
seg-export -q -t image -d image in.st
pixels() { seg-stat -q "$1" | awk '$1 == "class" { print $3, $4 }' | paste -sd ' '; }
for f in png tiff; do
    s=${f/tiff/tif}
    for m in map turned half others; do
        seg-export -q -f $f -M $m.tsv -d $f-$m in.st
    done
    item() { printf 'k\timage/k.png\t%s\n' "$f-$1/k.$s"; }
    item turned >turned.list
    status_is 65 "$f: a palette in another order is refused" \
        seg-import -q -M map.tsv -o no.st turned.list
    is "$(<.err)" "seg-import: $f-turned/k.$s: its palette gives index 0 the color #ff7f0e, which the label map gives to value 1 (obj): --label-colors goes by color, a map without colors by index" \
        "$f: index, color and value of the palette are named"
    [ ! -e no.st ]
    ok $? "$f: a palette in another order leaves no output"
    item turned | seg-import -q --label-colors -M map.tsv -o x.st
    is "$(pixels x.st)" "back 64 obj 192" "$f: --label-colors imports that palette by color"
    item turned | seg-import -q -M plain.tsv -o x.st 2>.err
    is "$(pixels x.st)$(<.err)" "back 192 obj 64" \
        "$f: a map without colors imports that palette by index"
    for m in map others; do
        item $m | seg-import -q -M map.tsv -o x.st 2>.err
        is "$(pixels x.st)$(<.err)" "back 192 obj 64" \
            "$f: a palette of the colors of $m.tsv is accepted"
    done
    item half | seg-import -q -M <(sed 1s/1f77b4/00ff00/ map.tsv) -o x.st 2>.err
    is "$(pixels x.st)" "back 192 obj 64" \
        "$f: a palette that contradicts in part is accepted"
    is "$(grep -c 'warning: .*index 1 the color #00ff00.*value 0 (back)' .err)$(wc -l <.err)" 11 \
        "$f: a palette that contradicts in part is warned of"
    seg-info x.st | grep -q stored-palette
    is $? 1 "$f: the warning about the palette is not in the stream"
done
printf 'k\timage/k.png\tpng-turned/k.png\n' | seg-import -q -o x.st
seg-info x.st | grep -q stored-palette
is $? 1 "without a map the colors of the palette are not in the stream"
seg-synth -q -n 1 --size 40x40 | seg-export -q -t image -f tiff -d scene
seg-synth -q -n 1 --size 40x40 -o s.st
seg-stat -q s.st | awk -F'\t' '$1 == "class" { print $2 "\t" $2 "\t" $3 }' >names.tsv
colors() { awk -v o="$1" -F'\t' '{ printf "%s\t#%02x0000\n", $0, 1 + (NR - 1 + o) % 8 }' names.tsv; }
for i in 0 1; do
    { colors $i; printf '255\tignore\tvoid\n'; } >$i.tsv
done
seg-export -q -f tiff -M 1.tsv -d strips s.st
printf 'k\tscene/synth/00000.tif\tstrips/synth/00000.tif\n' >strips.list
status_is 65 "scenes in strips: a palette in another order is refused" \
    seg-import -q --strip 16 -M 0.tsv -o no.st strips.list
like "$(<.err)" "00000.tif, rows from 0: its palette gives index" \
    "scenes in strips: index and color are named"
# the palette of VOC, in which index 0 is black, in a label image of another dataset
make voc.st k U8:"$noise" "$(split 0 1)" 'seg.classes=aeroplane\tbicycle'
printf '0\t0\taeroplane\t#000000\n1\t1\tbicycle\t#800000\n' >voc.tsv
seg-export -q -M voc.tsv -d voc voc.st
printf 'k\timage/k.png\tvoc/k.png\n' | seg-import -q -M camvid -o x.st 2>.err
is $? 0 "the built-in map voc is accepted"
like "$(<.err)" "warning: voc/k.png: its palette gives index 0 the color #000000" \
    "the built-in map voc is warned of"

# ---- masks of 0 and 255 ----

mask() { make m.st k U8:"$noise" "$1"; seg-export -q -d masks m.st; seg-export -q -t image -d image m.st; }
mask "$(split 0 255)"
printf 'a\timage/k.png\tmasks/k.png\nb\timage/k.png\tmasks/k.png\n' >masks.list
status_is 0 "a mask of 0 and 255 without a map is accepted" \
    seg-import -o s.st masks.list
is "$(<.err)" 'seg-import: warning: labels hold only 0 and 255, and there is no label map: 255 counts as ignored (25.0 % of all pixels); -M FILE makes it a class, with the lines "0 0 background" and "255 1 object", tabs between the fields' \
    "a mask of 0 and 255 without a map is warned of once"
seg-check --allow twice s.st >.out
like "$(<.out)" "ignored	s.st	-	-	-	255	128 of 512 pixels are ignored \(25 %\); the others are 0: a label map makes 255 a class" \
    "seg-check finds a mask of 0 and 255"
printf '0\t0\tbackground\n255\t1\tobject\n' >mask.tsv
status_is 0 "a mask of 0 and 255 with a map is accepted" \
    seg-import -M mask.tsv -o with.st masks.list
is "$(<.err)$(pixels with.st)" "background 384 object 128" \
    "a mask of 0 and 255 with a map has two classes"
seg-check --allow twice with.st >.out
is "$(wc -l <.out)" 2 "seg-check finds nothing in a mask with a map"
mask "$(split 0 1)"
status_is 0 "a mask of 0 and 1 is accepted" seg-import masks.list
is "$(<.err)" "" "a mask of 0 and 1 is not warned of"
mask "0$(split 1 255 | sed 's/^1//')"
status_is 0 "labels of 0, 1 and 255 are accepted" seg-import masks.list
is "$(<.err)" "" "labels of 0, 1 and 255 are not warned of"

# ---- labels of a training ----

seg-net unet --width 4 --depth 2 --bands 1 --classes 2 |
    seg-init -q --mean 127 --std 60 -o init.st
tune=(seg-finetune -q -j 1 -m init.st -b 2)
make zero.st k U8:"$noise" "$(split 0 255)"
seg-cat -q zero.st zero.st zero.st zero.st >two.st
status_is 0 "seg-finetune accepts data without one of the classes" \
    "${tune[@]}" --classes 2 -o x.st two.st
is "$(<.err)" "seg-finetune: warning: two.st: none of 4 labels has class 1 (1 of 2 classes)" \
    "seg-finetune warns once of a class without a label"
make named.st k U8:"$noise" "$(split 0 0)" 'seg.classes=back\tobj\tcar'
seg-cat -q named.st named.st >n.st
seg-augment -q --views 2 --color 0.2 n.st | seg-pretrain -q -j 1 -m init.st -b 2 --steps 1 --embedding 4 -o x.st 2>.err
is "$(<.err)" "seg-pretrain: warning: stdin: none of 2 labels has class 1 (obj), 2 (car) (2 of 3 classes)" \
    "seg-pretrain warns of a class without a label by name"

# ---- collapsed embeddings ----

seg-synth -q -n 100 --size 16x16 -s 1 | seg-pick --keep image | seg-augment -q --views 2 --color 0.3 >pairs.st
for net in unet-hu unet; do
    seg-net "$net" --width 4 --depth 2 | seg-init -q -s 1 >net.st
    for steps in 49 50; do
        seg-pretrain -q -j 1 -m net.st --loss image --tau 100 -b 2 --steps $steps -o x.st pairs.st 2>.err
        case $net$steps in
        unet-hu50)
            like "$(<.err)" "^seg-pretrain: warning: the embeddings are nearly equal \(uniformity -0.000 in the last step\)" \
                "seg-pretrain warns of embeddings that are nearly equal" ;;
        *) is "$(<.err)" "" "seg-pretrain: no such warning of $net after $steps steps" ;;
        esac
    done
done

# ---- labels without a counted pixel ----

make void.st k U8:"$noise" 255 "$ab"
for i in $(seq 24); do cat void.st; done | seg-cat -q -o voids.st
status_is 65 "a training without a counted pixel fails" \
    "${tune[@]}" -o model.st voids.st
is "$(head -n 1 .err)" "seg-finetune: warning: voids.st: no pixel of 20 labels counts so far: all have the ignore value 255" \
    "a training without a counted pixel is warned of after ten steps"
is "$(tail -n 1 .err)" "seg-finetune: voids.st: no pixel of 24 labels counts: all have the ignore value 255" \
    "a training without a counted pixel names its labels"
[ ! -e model.st ]
ok $? "a training without a counted pixel makes no model"
seg-augment -q --views 2 --color 0.2 voids.st |
    seg-pretrain -q -j 1 -m init.st -b 2 --steps 1 --embedding 4 -o no.st 2>.err
is $? 65 "seg-pretrain without a counted pixel fails"
seg-cat -q -o twice.st in.st in.st
status_is 65 "a validation without a counted pixel is refused" \
    "${tune[@]}" --valid void.st --log log.tsv -o no.st twice.st
is "$(<.err)" "seg-finetune: void.st: no labeled pixels to validate with" \
    "a validation without a counted pixel is named"
[ ! -e log.tsv ]
ok $? "a validation without a counted pixel is refused before the first step"
"$root/tests/record.pl" seg.key=k "$ab" label=U8:2,2:255 pred=U8:2,2:1 >.plain
seg-score -q .plain >.out 2>.err
is "$?$(<.err)" "0seg-score: warning: no pixel is scored: the truth of all 1 images has the ignore value 255" \
    "a score without a counted pixel is warned of"

# ---- patches larger than the image ----

status_is 0 "a patch that is mostly padding is accepted" \
    seg-sample --crop 64x32 -n 5 in.st
is "$(<.err)" "seg-sample: warning: k: 16 x 16 pixels: 88 % of a patch of 64 x 32 is padding" \
    "a patch that is mostly padding is warned of once"
status_is 0 "a grid of patches that are mostly padding is accepted" \
    seg-sample --crop 64 --regular in.st
like "$(<.err)" "94 % of a patch of 64 x 64" \
    "a grid of patches that are mostly padding is warned of"
status_is 0 "a patch that is half padding is accepted" \
    seg-sample --crop 32x16 -n 5 in.st
is "$(<.err)" "" "a patch that is half padding is not warned of"

# ---- values of other units ----

expects="the model expects a mean of 123.675 and a deviation of 58.395 (seg-init --stat)"
seg-net unet --width 4 --depth 2 --classes 2 | seg-init -q -o bytes.st
seg-net unet --width 4 --depth 2 --classes 2 | seg-init -q --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 -o ones.st
rgb() { perl -e '($f, $t) = @ARGV; print join ",", map { sprintf "%.6g", $f * (($_ * 37 + ($_ >> 4) * 11) % 256) } 0 .. 767' "$1"; }
color() # FILE TYPE FACTOR
{
    "$root/tests/record.pl" seg.key=k "$ab" image="$2:16,16,3:$(rgb "$3")" \
        label=U8:16,16:"$(split 0 1)" >.plain && seg-cat -q -o "$1" .plain
}
color f.st F32 0.00392157; color u.st U8 1; color w.st U16 257
for m in bytes ones; do
    for f in f u w; do
        seg-predict -q -m $m.st -o p.st $f.st 2>.err
        echo "$m $f $(wc -l <.err)"
        cp .err $m.$f
    done
done >seen
is "$(paste -sd ' ' seen)" "bytes f 1 bytes u 0 bytes w 1 ones f 0 ones u 1 ones w 1" \
    "seg-predict warns of values from 0 to 1 for a model of bytes, and back"
is "$(<bytes.f)" "seg-predict: warning: f.st: k: image values from 0 to 1; $expects" \
    "seg-predict names the values and the expected mean"
like "$(<ones.u)" "image values from 0 to 255; the model expects a mean of 0.485" \
    "seg-predict names values from 0 to 255 for a model from 0 to 1"
seg-predict -q -m bytes.st f.st f.st f.st 2>.err >/dev/null
is "$(wc -l <.err)" 1 "seg-predict warns once of values in other units"
seg-cat -q f.st f.st >ff.st
seg-finetune -q -j 1 -m bytes.st -b 2 --steps 1 -o x.st ff.st 2>.err
is "$(<.err)" "seg-finetune: warning: ff.st: k: image values from 0 to 1; $expects" \
    "seg-finetune warns of values in other units"
seg-augment -q --views 2 ff.st | seg-pretrain -q -j 1 -m bytes.st -b 2 --steps 1 --embedding 4 -o x.st 2>.err
is "$(<.err)" "seg-pretrain: warning: stdin: k: image values from 0 to 1; $expects" \
    "seg-pretrain warns of values in other units"
seg-init -q --normalize record <(seg-net unet --width 4 --depth 2 --classes 2) -o own.st
seg-sample -q --regular --crop 16 --intensity f.st | seg-predict -q -m own.st 2>.err >/dev/null
is "$?$(<.err)" "0" "a model that normalizes each image does not warn"
seg-init -q --stat <(seg-stat -q f.st) <(seg-net unet --width 4 --depth 2 --classes 2) -o fit.st
seg-predict -q -m fit.st f.st 2>.err >/dev/null
is "$(<.err)" "" "a model with --stat of the data does not warn"
"$root/tests/record.pl" seg.key=dark "$ab" image=U8:16,16,3:0 label=U8:16,16:0 >.plain
seg-cat -q -o dark.st .plain
seg-predict -q -m bytes.st dark.st 2>.err >/dev/null
is "$(<.err)" "" "an image of one value does not cause a warning"
seg-predict -q -m bytes.st dark.st f.st 2>.err >/dev/null
is "$(wc -l <.err)" 1 "the image after one of a single value is tested"

# ---- a map with colors only ----

printf -- '-\t0\tback\t#1f77b4\n-\t1\tobj\t#ff7f0e\n' >only.tsv
status_is 65 "seg-export refuses a map of colors without values" \
    seg-export -M only.tsv -d no in.st
is "$(<.err)" "seg-export: only.tsv: a map of colors without values: --rgb writes classes in their colors" \
    "seg-export: the message about a map of colors names --rgb"
status_is 0 "seg-export --rgb accepts a map of colors" \
    seg-export -M only.tsv --rgb -d rgb in.st
done_testing
