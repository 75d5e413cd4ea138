#!/usr/bin/env bash
# The second stream of seg-finetune: --unlabeled and --target.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 >scenes.st
seg-sample -q --crop 32x24 -n 24 -s 1 --flip h scenes.st >in.st
seg-synth -q -n 6 --first 50 --size 40x32 -s 3 |
    seg-sample -q --crop 32x24 -n 24 -s 2 |
    seg-augment -q --views 2 --color 0.5 -s 2 >views.st
seg-synth -q -n 6 --size 40x32 -s 4 --domain b |
    seg-sample -q --crop 32x24 -n 24 -s 1 >target.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 >init.st
# without batch normalization an image does not influence the others
printf '%s\n' 'image input - c=3' 'a conv image c=8 k=3 bias=1 act=relu' \
    'classifier conv a c=8 k=1 bias=1' | seg-init -q -s 1 >simple.st
tune=(seg-finetune -q -j 1 -m init.st --steps 6 -b 4)
semi=("${tune[@]}" --unlabeled views.st --above 0.2)
pair=("${tune[@]}" --target target.st --patches 4x3 --near 0.3)

# alike MODEL MODEL NAME: equal but for the history
alike()
{
    status_is 0 "$3" seg-diff -i seg.history "$1" "$2"
}
# column LOG NAME: its values
column()
{
    table "$1" | awk -F'\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++)
        if ($i == name) c = i } NR > 1 { print $c }'
}

# ---- unlabeled images ----

# Without any pseudo label in a batch L_unlabeled is 0 as well.
for mix in none cutmix copy-paste; do
    run=("${semi[@]}" --mix $mix --ramp 4 --unlabeled-weight 0.5)
    "${run[@]}" --log log.tsv -o one.st in.st
    ok $? "--mix $mix trains"
    is "$(table log.tsv | head -n 1)" \
        "step	loss	lr	grad_norm	labeled	unlabeled	sure	seconds" \
        "--mix $mix: the log has titles"
    awk -F'\t' 'NR > 1 {
            left = NR - 2 < 4 ? 1 - (NR - 2) / 4 : 0
            d = $2 - $5 - 0.5 * exp(-5 * left * left) * $7 * $6
            bad += d * d > 1e-8; sure += $7 > 0 && $7 < 1 && $6 > 0
        } END { exit bad || NR != 7 || sure < 6 }' <(table log.tsv)
    ok $? "--mix $mix: loss = labeled + weight ramp sure unlabeled"
    "${run[@]}" -j 2 -o two.st in.st
    same one.st two.st "--mix $mix: the same bytes for one thread and two"
    numbers one.st classifier.weight >"$mix.txt"
done
is "$(md5sum <none.txt; md5sum <cutmix.txt; md5sum <copy-paste.txt)" \
    "$(md5sum none.txt cutmix.txt copy-paste.txt | sed 's/ .*/  -/' | awk '!seen[$0]++')" \
    "each --mix gives other weights"
"${semi[@]}" -o one.st in.st
"${tune[@]}" --unlabeled views.st --above 0.2 --mix cutmix --unlabeled-weight 1 --ramp 2 \
    --unlabeled-loss ce --ema 0.99 -o two.st in.st
alike one.st two.st "the defaults are those of the page"
seg-pick --drop label views.st >bare.st
"${tune[@]}" --unlabeled bare.st --above 0.2 -o two.st in.st
alike one.st two.st "labels of unlabeled images are not read"

# The first step, computed a second time: the teacher is the initial model.
seg-pick --to 4 views.st >first.st
seg-predict -q -m simple.st --emit labels,confidence first.st >weak.st
seg-pick --drop image first.st | seg-pick --rename image.1=image |
    seg-predict -q -m simple.st --emit probs >strong.st
"${tune[@]}" -m simple.st --unlabeled views.st --above 0.2 --mix none --log log.tsv \
    -o no.st in.st
paste <(numbers weak.st pred) <(numbers weak.st confidence) \
    <(numbers strong.st probs | paste - - - - - - - -) | awk '
    $2 >= 0.2 { n++; loss -= log($($1 + 3)) }
    END { printf "%.4f %.4f\n", n / NR, loss / n }' >expected
is "$(paste -d ' ' <(column log.tsv sure | head -n 1) \
    <(column log.tsv unlabeled | head -n 1 | xargs printf '%.4f'))" "$(cat expected)" \
    "share and loss of the pseudo labels in step 1"
like "$(cat expected)" "^0[.](0[1-9]|[1-8])" "some pixels have a pseudo label, others not"

# Pixels without data have none; here they are 1 of 4.
gaps()
{
    perl "$root/tests/record.pl" seg.key=k ${2:+seg.nodata=7} \
        "image=U8:24,32,3:$(perl -e 'print join ",", map { ($_ % 4 ? 40 + $_ * 37 % 200 : 7) x 3 } 1 .. 768')" \
        "image.1=U8:24,32,3:9" >"$1"
}
gaps full.st
gaps gaps.st nodata
one=("${tune[@]}" -m simple.st -b 1 --steps 1 --mix none --above 0)
for f in full gaps; do
    "${one[@]}" --unlabeled $f.st --log $f.tsv -o no.st in.st
done
is "$(column full.tsv sure) $(column gaps.tsv sure)" "1.0000 0.7500" \
    "pixels without data have no pseudo label"

# No pseudo labels, or weight 0: the unlabeled images have no influence.
still=("${tune[@]}" -m simple.st --mix none --ramp 0 --unlabeled views.st)
"${still[@]}" --above 1 --log log.tsv -o one.st in.st
is "$(column log.tsv sure | sort -u)" "0.0000" "--above 1: no pixel is sure"
"${still[@]}" --above 0 --unlabeled-weight 0 --log zero.tsv -o two.st in.st
is "$(column zero.tsv sure | sort -u)" "1.0000" "--above 0: all pixels are"
alike one.st two.st "--unlabeled-weight 0 is like no pseudo labels"
"${tune[@]}" -m simple.st --ema 0.99 -o plain.st in.st
status_is 0 "and like training without --unlabeled" \
    seg-diff -q -i seg.history --tolerance 1e-5 one.st plain.st
"${still[@]}" --above 0 -o three.st in.st
status_is 1 "which is not so with pseudo labels" \
    seg-diff -q -i seg.history --tolerance 1e-5 three.st plain.st

# The average is what is measured and written.
"${semi[@]}" --valid scenes.st --log log.tsv -o valid.st in.st 2>.err
is "$(column log.tsv miou | sort -n | tail -n 1)" \
    "$(seg-predict -q -m valid.st scenes.st | seg-score -q 2>/dev/null |
        awk '$1 == "miou" { printf "%.4f", $2 }')" "--valid measures the model that is written"
is "$(seg-info --meta seg.net valid.st)" "$(seg-info --meta seg.net init.st)" \
    "the network stays"
"${semi[@]}" --accumulate 2 -b 2 --loss ce+dice --unlabeled-loss 'pl(above=0)+entropy' \
    --log log.tsv -o no.st in.st
is "$(table log.tsv | head -n 1)" \
    "step	loss	lr	grad_norm	ce	dice	labeled	unlabeled	sure	seconds" \
    "sums of losses, and two batches a step"
awk -F'\t' 'NR > 1 { d = $5 + $6 - $7; bad += d * d > 1e-8 } END { exit bad || NR != 7 }' \
    <(table log.tsv)
ok $? "labeled is the sum of its losses"
"${semi[@]}" --unlabeled-loss nl -s 1 --mix none -o one.st in.st
"${semi[@]}" --unlabeled-loss nl -s 2 --mix none -o two.st in.st
! cmp -s <(numbers one.st classifier.weight) <(numbers two.st classifier.weight)
ok $? "--seed decides the classes that nl draws"

# Learning: pseudo labels help a model that has seen two images.
seg-synth -q -n 12 --size 32x32 -s 1 -o some.st
seg-subset -q -n 2 some.st | seg-sample -q --crop 32 -n 400 --flip h -s 1 >two.in.st
status_is 0 "a training of 100 steps" seg-finetune -q -m init.st -b 4 --lr 0.1 \
    --unlabeled <(seg-sample -q --crop 32 -n 400 --flip h -s 2 some.st |
        seg-augment -q --views 2 --color 0.3) --log log.tsv -o long.st two.in.st
awk 'NR > 1 && NR < 12 { a += $5 } NR > 91 { b += $5; sure += $7 }
    END { exit !(b < 0.7 * a && sure > 0) }' <(table log.tsv)
ok $? "the loss of the labels falls, and pixels become sure"

# ---- two domains ----

"${pair[@]}" --patch-weight 0.5 --log log.tsv -o one.st in.st
is "$(table log.tsv | head -n 1)" \
    "step	loss	lr	grad_norm	labels	patches	anchors	positives	seconds" \
    "--target: the log has titles"
awk -F'\t' 'NR > 1 { d = $2 - $5 - 0.5 * $6; bad += d * d > 1e-8; seen += $6 > 0 && $7 > 0 && $8 >= 1 }
    END { exit bad || NR != 7 || seen < 6 }' <(table log.tsv)
ok $? "--target: loss = labels + weight patches, and there are anchors"
"${pair[@]}" --patch-weight 0.5 -j 2 -o two.st in.st
same one.st two.st "--target: the same bytes for one thread and two"
is "$(seg-info --meta seg.net one.st)" "$(seg-info --meta seg.net init.st)" \
    "--target: the model that is written has no projection"
is "$(seg-info --tensors one.st | grep -c projection)" 0 "nor its weights"
"${pair[@]}" -o one.st in.st
"${pair[@]}" --patch-weight 0.1 --levels 2 --far 0.5 --tau 0.1 --embedding 128 \
    --target-labels pixels -o two.st in.st
alike one.st two.st "--target: the defaults are those of the page"
"${tune[@]}" --target target.st --log log.tsv -o one.st in.st
"${tune[@]}" --target target.st --patches 1x1 --near 0.2 -o two.st in.st
alike one.st two.st "a patch of 32x24 pixels is a whole image"

# Weight 0: the training on both streams, four records of each in a batch.
for ((i = 1; i < 24; i += 4)); do
    seg-pick --from $i --to $((i + 3)) in.st >"both.$i.st"
    seg-pick --from $i --to $((i + 3)) target.st >"both.$((i + 1)).st"
done
seg-cat -q $(ls both.*.st | sort -t . -k 2 -n) >both.st
"${pair[@]}" --patch-weight 0 --wd 0 -o one.st in.st
"${tune[@]}" -b 8 --wd 0 -o two.st both.st
status_is 0 "--patch-weight 0 is plain training on both streams" \
    seg-diff -q -i seg.history --tolerance 1e-5 one.st two.st
"${pair[@]}" --patch-weight 1 --wd 0 -o three.st in.st
status_is 1 "--patch-weight 1 is not" \
    seg-diff -q -i seg.history --tolerance 1e-5 three.st two.st

# Other heads and networks.
seg-net vit-tiny --patch 8 --classes 8 --image 32x24 | seg-init -q >vit.st
cat >strided.net <<'NET'
image       input   -           c=3
a           conv    image       c=8 k=3 s=4
b           bn      a           act=relu
classifier  conv    b           c=8 k=1 bias=1
output      resize  classifier  like=image
NET
seg-init -q -s 1 strided.net >strided.st
for m in vit strided; do
    "${pair[@]}" -m $m.st --steps 2 --accumulate 2 -b 2 --valid scenes.st -o one.st in.st 2>.err
    is $? 0 "--target: $m"
    is "$(seg-info --meta seg.net one.st | tr -s ' ')" "$(seg-info --meta seg.net $m.st | tr -s ' ')" \
        "--target: the network of $m stays"
    "${semi[@]}" -m $m.st --steps 2 --valid scenes.st -o one.st in.st 2>.err
    is $? 0 "--unlabeled: $m"
done

# Labels by cell: 4x3 patches of 8x8 pixels with 2x2 cells each.  Two classes in each
# cell; SHIFT moves its labels within it, PATCH 1 exchanges those of two patches.
domain() # NAME SHIFT PATCH
{
    local i
    for i in 0 1 2 3 4 5 6 7; do
        perl "$root/tests/record.pl" "seg.key=k$i" $(perl -e '
            my ($i, $shift, $other) = @ARGV;
            my (@image, @label);
            for my $at (0 .. 767) {
                my ($y, $x) = (int $at / 32, $at % 32);
                my $patch = int($y / 8) * 4 + int $x / 8;
                my ($k, $l) = map { ($i * 5 + $_ * 3) % 7 } $patch, $patch ^ $other;
                push @label, (($y % 4) * 4 + $x % 4 + $shift) % 16 < 6 ? 7 : $l;
                push @image, map { ($x * 7 + $y * 11 + $_ * 50 + $k * 30) % 256 } 0 .. 2;
            }
            printf "image=U8:24,32,3:%s label=U8:24,32:%s", join(",", @image),
                join ",", @label' $i "$2" "$3") >"record.$i"
    done
    seg-cat -q record.? >"$1.st"
}
domain cells 0 0
domain moved 5 0
domain other 0 1
weak=(seg-finetune -q -j 1 -m init.st --steps 2 -b 4 --classes 8 --patches 4x3 --patch-weight 1)
for labels in cells pixels; do
    for t in cells moved other; do
        "${weak[@]}" --target $t.st --target-labels $labels --log $t.tsv -o $labels.$t.st \
            cells.st
    done
done
awk '$1 < 1 { bad++ } END { exit bad || NR != 2 }' <(column cells.tsv anchors)
ok $? "--target-labels: there are anchors"
alike cells.cells.st cells.moved.st "--target-labels cells: labels may move within a cell"
! seg-diff -q -i seg.history cells.cells.st cells.other.st
ok $? "--target-labels cells: but not to another patch"
! seg-diff -q -i seg.history pixels.cells.st pixels.moved.st
ok $? "--target-labels pixels: not within a cell either"
! seg-diff -q -i seg.history pixels.cells.st cells.cells.st
ok $? "--target-labels cells: the classifier does not learn from them"

# ---- interruption ----

# runs whose input breaks off, and then the second stream, continue to the bytes of
# the whole run
breaks() # NAME OPTION FILE ARGUMENT...
{
    local name=$1 option=$2 file=$3 size half run
    shift 3
    run=("${tune[@]}" "$@" --log part.tsv)
    rm -f part.st
    size=$(stat -c %s "$file")
    half=$((size * 2 / 3))
    "${run[@]}" "$option" <(cat "$file") -o whole.st <in.st
    ok $? "$name: both streams are pipes"
    cut -f 1-4 part.tsv | grep -v '^# com' >whole.tsv
    run+=(--checkpoint state.st --every 2 -o part.st)
    head -c 35000 in.st | "${run[@]}" "$option" <(cat "$file") 2>/dev/null
    is "${PIPESTATUS[1]}" 65 "$name: the input breaks off"
    [ -e state.st ] && [ ! -e part.st ]
    ok $? "$name: there is a checkpoint and no model"
    "${run[@]}" "$option" <(head -c $half "$file") <in.st 2>.err
    is $? 65 "$name: the second stream breaks off after that"
    status_is 0 "$name: the same command continues" \
        "${run[@]}" "$option" <(cat "$file") <in.st
    same part.st whole.st "$name: to the same bytes"
    is "$(cut -f 1-4 part.tsv | grep -v '^# com')" "$(<whole.tsv)" "$name: and the same log"
    head -c 35000 in.st | "${run[@]}" "$option" <(cat "$file") 2>/dev/null
    seg-cat -q <(seg-pick --from 2 "$file") <(seg-pick --to 1 "$file") >turned.st
    "${run[@]}" "$option" <(cat turned.st) <in.st 2>.err
    is $? 65 "$name: another second stream is refused"
    like "$(<.err)" "not the records that the checkpoint was made with" "$name: and named"
    rm -f state.st
}
breaks "--unlabeled" --unlabeled views.st --above 0.2
breaks "--unlabeled adamw" --unlabeled views.st --above 0.2 --optimizer adamw --mix copy-paste
breaks "--target" --target both.st --patches 4x3 --near 0.3 -b 2

# ---- what is refused ----

rm -f no.st
seg-sample -q --crop 32x24 -n 24 -s 1 scenes.st >single.st
status_is 65 "a stream of one view is refused" "${semi[@]}" --unlabeled single.st -o no.st in.st
like "$(<.err)" "^seg-finetune: single.st: [^ ]+: no tensor image.1: two views are needed" \
    "and says so"
seg-sample -q --crop 24x24 -n 24 -s 1 scenes.st | seg-augment -q --views 2 >square.st
for option in --unlabeled --target; do
    status_is 65 "$option of another size is refused" \
        "${tune[@]}" $option square.st -o no.st in.st
    is "$(<.err)" "seg-finetune: square.st: image is 24x24, but that of in.st is 32x24: one \
size is needed (seg-sample --crop)" "$option: both sizes are named"
    seg-pick --to 10 views.st >short.st
    status_is 65 "$option that ends early is refused" \
        "${tune[@]}" $option short.st -o no.st in.st
    is "$(<.err)" "seg-finetune: in.st or short.st: ends after step 2 of 6: 4 records a step" \
        "$option: the message says when"
    seg-finetune -q -j 1 -m init.st -b 4 $option short.st -o no.st in.st 2>.err
    is "$? $(grep -c 'step 2 of 6' .err)" "65 1" "$option: also if the steps were counted"
    seg-finetune -j 1 -m init.st -b 4 --steps 2 $option views.st -o left.st in.st 2>.err
    like "$(<.err)" "16 records at the end of the input were not used.*
.*16 records at the end of views.st were not used" "$option: what is left over is reported"
    head -c 20000 views.st >cut.st
    status_is 65 "$option that is cut off is refused" \
        "${tune[@]}" --steps 1 $option cut.st -o no.st in.st
    status_is 66 "$option that is not there" "${tune[@]}" $option nowhere.st in.st
    status_is 65 "$option without records" "${tune[@]}" $option <(seg-synth -n 0) in.st
    like "$(<.err)" "$option .*: no records to learn from" "$option without records: and says so"
done
status_is 65 "--target needs labels" "${tune[@]}" --target bare.st -o no.st in.st
like "$(<.err)" "bare.st: [^ ]+: no tensor label" "and says so"
perl "$root/tests/record.pl" seg.key=k "seg.classes=a\\tb" image=U8:24,32,3:9 \
    label=U8:24,32:1 >two.st
status_is 65 "--target of other classes is refused" \
    "${tune[@]}" --steps 1 -b 1 --target two.st -o no.st in.st
like "$(<.err)" "^seg-finetune: two.st: k: class 0 is a, ground in in.st: " "and both named"
perl "$root/tests/record.pl" seg.key=k seg.ignore=0 image=U8:24,32,3:9 label=U8:24,32:1 >zero.st
status_is 65 "--target with another ignore value is refused" \
    "${tune[@]}" --steps 1 -b 1 --target zero.st -o no.st in.st
like "$(<.err)" "zero.st: k: the ignore value is 0, 255 in in.st" "and both named"
status_is 64 "both streams are refused" "${semi[@]}" --target target.st in.st
like "$(<.err)" "--unlabeled and --target exclude each other" "and says so"
for option in "--unlabeled-loss ce" "--mix none" "--ramp 3" "--above 0.5" "--unlabeled-weight 1"; do
    status_is 64 "$option without --unlabeled" "${tune[@]}" $option in.st
    like "$(<.err)" "${option% *}.*require --unlabeled FILE" "$option: the message names it"
done
for option in "--target-labels cells" "--patches 2x2" "--levels 2" "--patch-weight 1" \
    "--near 0.1" "--far 0.6" "--tau 1" "--embedding 8"; do
    status_is 64 "$option without --target" "${tune[@]}" $option in.st
    like "$(<.err)" "${option% *}.*require --target FILE" "$option: the message names it"
done
status_is 64 "--unlabeled-loss is parsed" "${semi[@]}" --unlabeled-loss cee in.st
like "$(<.err)" "^seg-finetune: --unlabeled-loss cee: 'cee' is not a loss" "and named"
status_is 64 "--near above --far is refused" "${pair[@]}" --near 0.6 in.st
like "$(<.err)" "near 0.6 and far 0.5: want 0 < near <= far < 1" "and both named"
status_is 65 "too many patches are refused" "${pair[@]}" --patches 32x24 in.st
like "$(<.err)" "labels of 32x24 pixels are too small for 32x24 patches of 2x2 cells" \
    "and says so"
status_is 65 "more patches than features are refused" \
    "${pair[@]}" -m strided.st --patches 16x3 in.st
like "$(<.err)" "feature maps of 8x6 are too small for 16x3 patches" "and says so"
[ ! -e no.st ]
ok $? "a refused training leaves no model"
done_testing
