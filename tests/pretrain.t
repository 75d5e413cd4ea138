#!/usr/bin/env bash
# The losses of seg-pretrain for few labeled volumes: --loss local (Hu et al.)
# and --loss image (SimCLR, Chaitanya et al., Lee et al.).
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 24 --size 40x32 -s 3 | seg-sample -q --crop 32x24 -n 24 -s 1 \
    --flip h >plain.st
seg-augment -q --views 2 --color 0.3 plain.st >in.st
seg-net unet --width 4 --depth 2 --classes 8 >unet.net
seg-init -q -s 1 unet.net >init.st
pre=(seg-pretrain -q -j 1 -m init.st --steps 4 -b 4 --lr 0.02 --embedding 16)
node=down.1.1.1

# first_loss ARGUMENTS...: the loss of step 1
first_loss()
{
    "${pre[@]}" --log log.tsv -o out.st "$@" || return
    table log.tsv | awk 'NR == 2 { print $2 }'
}

# near A B: equal to 5 digits
near()
{
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a != "" && b != "" &&
        d * d <= 1e-10 * (1 + a * a)) }'
}

# ---- local ----

keeps_contract "seg-pretrain --loss local" in.st "${pre[@]}" --loss local
keeps_contract "seg-pretrain --loss image" in.st "${pre[@]}" --loss image \
    --at $node

local=(--loss local --tau 0.2)
all=$(first_loss "${local[@]}" --stride 1 --background -1 in.st)
is "$(table log.tsv | head -n 1)" \
    "step	loss	lr	grad_norm	anchors	positives	alignment	uniformity	seconds" \
    "the log has the columns of the other losses"
supcon=$(first_loss --loss supcon --tau 0.2 --grid 32x24 --head linear \
    --hidden 256 in.st)
near "$all" "$supcon"
ok $? "stride 1 without background is supcon on all pixels: $all, $supcon"
ground=$(first_loss "${local[@]}" --stride 1 in.st)
stride=$(first_loss "${local[@]}" --stride 4 in.st)
like "$(seg-info --meta seg.net out.st)" \
    "projection.0 +conv +merge.0.1.1 +c=256 k=1 s=4 bias=1" "the head takes every fourth pixel"
! grep -q grid <(seg-info --meta seg.net out.st)
ok $? "there is no grid"
block=$(first_loss "${local[@]}" in.st)
sixteen=$(first_loss "${local[@]}" --block 16 in.st)
whole=$(first_loss "${local[@]}" --block 1000 in.st)
paper=$(first_loss "${local[@]}" --form paper in.st)
tau=$(first_loss --loss local in.st)
is "$(printf '%s\n' "$all" "$ground" "$stride" "$block" "$paper" "$tau" | sort -u | wc -l)" 6 \
    "background, stride, block, form and tau each change the loss"
is "$block" "$sixteen" "blocks of 16 are the default"
near "$whole" "$ground"
ok $? "a block larger than the map is the whole map"
first_loss "${local[@]}" --head released --layers 3 --hidden 8 in.st >loss
is $? 0 "other heads are possible: $(cat loss)"

# Background only: nothing to learn from, and no failure.
record() { "$root/tests/record.pl" "$@" | seg-cat; }
noise=$(seq -s , 1 192)
none=("image=U8:8,8,3:$noise" "image.1=U8:8,8,3:$noise")
for i in 1 2 3 4; do
    record seg.key="n$i" seg.classes='a\tb' "${none[@]}" label=U8:8,8:0
done | seg-cat -q >ground.st
seg-pretrain -q -j 1 -m init.st -b 4 --loss local --log log.tsv -o out.st ground.st
is "$(table log.tsv | awk 'NR == 2 { print $2, $4, $5 }')" "0 0 0" \
    "background only: loss, gradient and anchors are 0"

# ---- image ----

image=(--loss image --at $node)
seg-pick --drop label in.st >bare.st
view=$(first_loss "${image[@]}" in.st)
is "$(first_loss "${image[@]}" bare.st)" "$view" "records need no label"
status_is 65 "--loss local needs labels" "${pre[@]}" --loss local --classes 8 bare.st
seg-info --meta seg.net out.st >net
like "$(cat net)" "projection.0 +conv +projection.pool +c=8 k=1 bias=1 act=relu" \
    "two layers with ReLU on the pooled features"
! grep -q -e merge -e classifier net
ok $? "the network ends at --at"
! seg-info --meta seg.classes out.st 2>/dev/null | grep -q .
ok $? "a model trained without labels names no classes"
linear=$(first_loss "${image[@]}" --head linear --hidden 12 in.st)
like "$(seg-info --meta seg.net out.st)" \
    "projection.0 +conv +projection.pool +c=12 k=1 bias=1
" "--head linear: no ReLU"
last=$(first_loss --loss image in.st)
like "$(seg-info --meta seg.net out.st)" "global_avgpool +merge.0.1.1" \
    "without --at: the last node of the backbone"

# Positions: the slices synth/00000 to synth/00023 are one volume.
position=$(first_loss "${image[@]}" --positives position in.st)
halves=$(first_loss "${image[@]}" --positives position --parts 2 in.st)
is "$(printf '%s\n' "$view" "$linear" "$last" "$position" "$halves" | sort -u | wc -l)" 5 \
    "head, node, positives and parts each change the loss"
is "$(first_loss "${image[@]}" --positives position --group '(*)/*' in.st)" "$position" \
    "--group names the volume"
status_is 64 "positions by key need a file" "${pre[@]}" "${image[@]}" \
    --positives position < <(cat in.st)
like "$(cat .err)" "must be a file" "the message says so"

# Slices of seg.volume, from a pipe; a patch has the number of its slice.
slice()
{
    record seg.key="$1@$2" "seg.volume=axis=z index=$2 shape=8,8,4 spacing=1,1,1 \
unit=mm affine=1,0,0,0,0,1,0,0,0,0,1,0 path=$1.nii" "${none[@]}"
}
for i in 0 1 2 3; do slice a $i; slice b $i; done | seg-cat -q >slices.st
run=("${pre[@]}" "${image[@]}" -b 8 --steps 1 --positives position --log log.tsv -o out.st)
cat slices.st | "${run[@]}"
is "$? $(table log.tsv | awk 'NR == 2 { print $5, $6 }')" "0 16 3.0" \
    "four parts: each slice, in two views and two volumes"
"${run[@]}" --parts 2 slices.st
is "$(table log.tsv | awk 'NR == 2 { print $5, $6 }')" "16 7.0" "two parts"
status_is 64 "--group with slices of volumes" "${run[@]}" --group '(*)@*' slices.st
seg-cat -q slices.st in.st >mixed.st 2>/dev/null
status_is 65 "other records than slices" "${run[@]}" -b 16 mixed.st

# Objects, with their mask as the last band.
# masks MASK LEVEL: 64 pixels of two bands of LEVEL and the mask
masks()
{
    perl -e 'print join ",", map { ($ARGV[1], $ARGV[1] + $_ % 5, $ARGV[0]) } 1 .. 64' "$1" "$2"
}
# objects CLASSES MASK LEVELS: a record for each class
objects()
{
    local i=0 class levels
    read -ra levels <<<"$3"
    for class in $1; do
        i=$((i + 1))
        record seg.key="o$i" seg.object="$class" seg.mask=1 \
            "image=U8:8,8,3:$(masks "$2" "${levels[i - 1]}")" \
            "image.1=U8:8,8,3:$(masks "$2" "${levels[i - 1]}")"
    done | seg-cat -q
}
seg-init -q -s 1 --mean 90,90,90 --std 80,80,80 unet.net >scaled.st
pre=(seg-pretrain -q -j 1 -m scaled.st --steps 1 -b 4 --lr 0.02 --embedding 16)
objects "1 2 3 4" 255 "20 60 120 200" >own.st
objects "1 2 1 2" 255 "20 60 120 200" >pairs.st
objects "1 2 3 4" 0 "20 60 120 200" >empty.st
objects "1 2 3 4" 255 "80 80 80 80" >even.st
simclr=$(first_loss "${image[@]}" --tau 0.3 own.st)
object=$(first_loss "${image[@]}" --positives object own.st)
near "$object" "$(awk -v a="$simclr" 'BEGIN { print a * 0.3 / 0.07 }')"
ok $? "each object of its own class: views, times tau / 0.07: $simclr, $object"
! near "$(first_loss "${image[@]}" --positives object pairs.st)" "$object"
ok $? "the class of the object counts"
is "$(table log.tsv | awk 'NR == 2 { print $5, $6 }')" "8 3.0" "its anchors and positives"
weighted=$(first_loss "${image[@]}" --tau 0.3 --weigh-intensity own.st)
! near "$weighted" "$simclr"
ok $? "--weigh-intensity changes the loss: $weighted"
is "$(first_loss "${image[@]}" --tau 0.3 --weigh-intensity empty.st)" \
    "$(first_loss "${image[@]}" --tau 0.3 empty.st)" "empty masks have no weight"
is "$(first_loss "${image[@]}" --tau 0.3 --weigh-intensity even.st)" \
    "$(first_loss "${image[@]}" --tau 0.3 even.st)" "nor have equal intensities"
first_loss "${image[@]}" --positives object --weigh-intensity pairs.st >loss
is $? 0 "--weigh-intensity with classes of objects: $(cat loss)"

status_is 65 "no class of the object" "${pre[@]}" "${image[@]}" --positives object in.st
like "$(cat .err)" "synth/.*: no seg.object" "the message names the record"
status_is 65 "no mask" "${pre[@]}" "${image[@]}" --weigh-intensity in.st
like "$(cat .err)" "synth/.*: no seg.mask 1" "the message names the record"
objects "1 2 3 x" 255 "20 60 120 200" >odd.st
status_is 65 "a class that is no number" "${pre[@]}" "${image[@]}" --positives object odd.st
like "$(cat .err)" "o4: seg.object is 'x', expected a class 0 to 254" "the message names it"

# ---- the whole way against a second computation ----

# No batch normalization, and both views equal: seg-predict gives the embeddings
# that the loss had.  rate 0 leaves the weights.
printf '%s\n' 'image input - c=3' 'a conv image c=6 k=3 bias=1 act=relu' \
    'classifier conv a c=2 k=1' >tiny.net
seg-init -q -s 1 --mean 90,90,90 --std 80,80,80 tiny.net >tiny.st
# expected TAU INTENSITIES CLASSES D BAG...: SupCon of the embeddings in .emb, of
# D channels and two equal views; a class for each row, 0 is background; a bag
# lists its rows.  INTENSITIES is a list or empty.
expected()
{
    perl -e '
        my ($tau, $weights, $classes, $d, @bags) = @ARGV;
        my @f = map { chomp; $_ } <STDIN>;
        my @y = split " ", $classes; my @m = split " ", $weights;
        my ($loss, $used) = (0, 0);
        for my $bag (@bags) {
            my @at = (split(/,/, $bag)) x 2; my ($own, $anchors) = (0, 0);
            my @s = map { my $i = $_; [map { my $j = $_; my $dot = 0;
                $dot += $f[$at[$i] * $d + $_] * $f[$at[$j] * $d + $_] for 0 .. $d - 1;
                $dot / $tau } 0 .. $#at] } 0 .. $#at;
            for my $i (0 .. $#at) {
                next if $y[$at[$i]] < 1;
                my ($z, $sum, $n) = (0, 0, 0);
                for my $j (0 .. $#at) {
                    next if $j == $i;
                    my $w = @m ? 1 - abs($m[$at[$i]] - $m[$at[$j]]) : 1;
                    $z += exp($w * $s[$i][$j]);
                    $n++, $sum += $s[$i][$j] if $y[$at[$i]] == $y[$at[$j]];
                }
                $anchors++; $own += log($z) - $sum / $n;
            }
            next if !$anchors;
            $used++; $loss += $own / $anchors;
        }
        printf "%.6g\n", $loss / $used' "$@" <.emb
}
pre=(seg-pretrain -q -j 1 -m tiny.st --steps 1 -b 4 --lr 0 --embedding 8)
# embed FILE: sets .emb to the embeddings that out.st makes of it
embed()
{
    seg-predict -q -m out.st --emit projection.norm "$1" -o .emb.st &&
        numbers .emb.st projection.norm >.emb
}
seen=$(first_loss --loss image own.st)
embed own.st
wanted=$(expected 0.5 "" "1 2 3 4" 8 0,1,2,3)
near "$seen" "$wanted"
ok $? "views: $seen, by hand $wanted"
seen=$(first_loss --loss image --positives object --tau 0.07 pairs.st)
wanted=$(expected 0.07 "" "1 2 1 2" 8 0,1,2,3)
near "$seen" "$wanted"
ok $? "objects: $seen, by hand $wanted"
# 20..24, 60..64, ... in the first two bands: means 21, 61, 121, 201, normalized
seen=$(first_loss --loss image --weigh-intensity own.st)
wanted=$(expected 0.5 "$(awk 'BEGIN { for (i = 1; i <= 4; i++) {
    split("20 60 120 200", v); m = 0
    for (p = 1; p <= 64; p++)
        m += (2 * v[i] + p % 5 - 180) / 80 / 128
    printf "%.9f ", (m > 1 ? 1 : m) } }')" "1 2 3 4" 8 0,1,2,3)
near "$seen" "$wanted"
ok $? "weighted by intensity: $seen, by hand $wanted"

# Labels of 8 x 8 pixels, 0 is background; stride 4 is one bag of four pixels an
# image, blocks of 4 are four bags of 16.
map=0,0,0,0,1,1,2,2,0,0,0,0,1,1,2,2,0,0,0,0,2,1,1,1,0,0,0,0,2,2,2,2
map+=,1,0,0,0,0,0,0,1,2,2,0,0,0,0,0,1,0,0,0,0,0,0,1,1,0,0,0,0,0,1,1,2
for i in 1 2; do
    pixels=$(perl -e 'srand $ARGV[0]; print join ",", map { int rand 256 } 1 .. 192' $i)
    record seg.key="m$i" seg.classes='a\tb\tc' "image=U8:8,8,3:$pixels" \
        "image.1=U8:8,8,3:$pixels" "label=U8:8,8:$map"
done | seg-cat -q >maps.st
y=$(tr , ' ' <<<"$map,$map")
seen=$(first_loss --loss local --stride 1 -b 2 maps.st)
embed maps.st
wanted=$(expected 0.1 "" "$y" 8 "$(seq -s , 0 127)")
near "$seen" "$wanted"
ok $? "all pixels: $seen, by hand $wanted"
bags=()
for r in 0 4; do
    for c in 0 4; do
        bag=
        for i in 0 1; do
            for p in {0..15}; do
                bag+=,$((64 * i + 8 * (r + p / 4) + c + p % 4))
            done
        done
        bags+=("${bag#,}")
    done
done
seen=$(first_loss --loss local --block 4 -b 2 maps.st)
wanted=$(expected 0.1 "" "$y" 8 "${bags[@]}")
near "$seen" "$wanted"
ok $? "blocks, one of them without foreground: $seen, by hand $wanted"
seen=$(first_loss --loss local --stride 4 -b 2 maps.st)
embed maps.st
wanted=$(expected 0.1 "" "0 1 1 0 0 1 1 0" 8 0,1,2,3,4,5,6,7)
near "$seen" "$wanted"
ok $? "stride 4: $seen, by hand $wanted"

# ---- accumulation and threads ----

pre=(seg-pretrain -q -m init.st --steps 2 -b 4 --accumulate 2 --lr 0.02 --embedding 16)
for loss in "--loss local" "--loss local --stride 2" "--loss local --form paper" \
    "${image[*]}" "${image[*]} --positives position"; do
    for j in 1 2 3; do
        # shellcheck disable=SC2086 # options
        "${pre[@]}" -j $j $loss -o "out$j.st" in.st
    done
    cmp -s out1.st out2.st && cmp -s out1.st out3.st
    ok $? "$loss: the same bytes for 1, 2 and 3 threads"
done
"${pre[@]}" -m scaled.st -j 1 --steps 1 -b 2 "${image[@]}" --weigh-intensity \
    --positives object --log log.tsv -o out.st pairs.st
is "$? $(table log.tsv | awk 'NR == 2 { print $5, $6 }')" "0 4 1.0" \
    "each batch has its own classes"

# ---- three stages ----

pre=(seg-pretrain -q -j 1 --steps 3 -b 4 --lr 0.02)
"${pre[@]}" -m init.st "${image[@]}" --head linear -o one.st bare.st
seg-init -q -s 1 -w one.st unet.net -o two.st 2>.err
ok $? "seg-init attaches a decoder by name"
for name in down.0.0.0 down.1.1.0; do
    is "$(numbers two.st $name.weight)" "$(numbers one.st $name.weight)" "$name is that of the encoder"
done
"${pre[@]}" -m two.st --loss local -o three.st in.st
status_is 0 "seg-finetune goes on" seg-finetune -q -j 1 -m three.st --steps 2 -b 4 \
    -o done.st plain.st

# ---- usage ----

pre=(seg-pretrain -q -m init.st -b 4)
refused() # MESSAGE OPTIONS...
{
    local message=$1
    shift
    status_is 64 "$*" "${pre[@]}" "$@" -o refused.st in.st
    like "$(cat .err)" "$message" "$*: the message is right"
    is "$(wc -l <.err)" 1 "$*: the message is one line"
}
refused "--stride is for --loss local, not for cross" --stride 4
refused "--block is for --loss local" --block 8 --loss image
refused "--background is for --loss local" --background 0
refused "--grid is for --loss within, cross, batch and supcon" --grid 8 --loss local
refused "--pool is for" --pool 0.5 --loss image
refused "--form is for" --form paper --loss image
refused "--classes is for" --classes 8 --loss image
refused "--at is for --loss image" --at $node
refused "--positives is for --loss image" --positives view --loss local
refused "--parts is for --positives position" --parts 3 --loss image
refused "--group is for --positives position" --group '(*)_*' --loss image
refused "--weigh-intensity is for --loss image" --weigh-intensity
refused "--weigh-intensity is for --positives view and object" --loss image \
    --weigh-intensity --positives position
refused "--head released is for pixels" --loss image --head released
refused "one stride for both sides" --loss local --stride 4x2
refused "exclude each other" --loss local --stride 4 --block 8
refused "--block 2.5: pixels, a whole number" --loss local --block 2.5
refused "--background 8: there are classes 0 to 7" --loss local --background 8
refused "no node is named 'down.1.1.7'" --loss image --at down.1.1.7
refused "pattern a" --loss image --positives position --group a
[ ! -e refused.st ]
ok $? "a refused command leaves no output"
done_testing
