#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

# Everything runs beside the model and the target stream only.
seg-synth -q -n 6 --size 40x32 -s 3 | seg-sample -q --crop 32x24 -n 24 -s 1 >source.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 |
    seg-finetune -q -j 1 -m - --steps 6 -b 4 -o model.st source.st
rm source.st
seg-synth -q -n 6 --size 40x32 -s 4 --domain b | seg-sample -q --crop 32x24 -n 24 -s 1 >labeled.st
seg-pick --drop label labeled.st >in.st
adapt=(seg-adapt -q -j 1 -m model.st --steps 6 -b 4)

keeps_contract "seg-adapt" in.st "${adapt[@]}"

# changed MODEL [FROM]: kinds of parameters that differ from those of a model
changed()
{
    local p q
    seg-info --tensors "$1" | cut -f 3 | grep '[.]' | while read -r p; do
        q=${p##*.}
        cmp -s <(numbers "$1" "$p") <(numbers "${2:-model.st}" "$p") && continue
        # weight and bias of a normalization are beside its running statistics
        [[ $q != running_* ]] && seg-info --tensors "$1" |
            grep -qF "${p%.*}.running_mean" && q="norm $q"
        echo "$q"
    done | sort -u | paste -sd ,
}

# ---- what is changed ----

"${adapt[@]}" -o all.st in.st
is "$(changed all.st)" "bias,norm bias,norm weight,running_mean,running_var,weight" \
    "--train all, the default, changes everything"
"${adapt[@]}" --train norms -o norms.st in.st
is "$(changed norms.st)" "norm bias,norm weight,running_mean,running_var" \
    "--train norms changes normalizations only"
"${adapt[@]}" --train statistics -o statistics.st in.st
is "$(changed statistics.st)" "running_mean,running_var" \
    "--train statistics changes running statistics only"
"${adapt[@]}" --train statistics --optimizer adamw --lr 1 --wd 0.5 --loss entropy \
    -o same.st in.st
status_is 0 "--train statistics: optimizer and loss do not matter" \
    seg-diff -i seg.history statistics.st same.st
"${adapt[@]}" --statistics kept -o kept.st in.st
is "$(changed kept.st)" "bias,norm bias,norm weight,weight" \
    "--statistics kept leaves running statistics"
"${adapt[@]}" --statistics kept --train norms -o kept.st in.st
is "$(changed kept.st)" "norm bias,norm weight" \
    "--statistics kept --train norms changes scale and shift only"
status_is 64 "--freeze '*' leaves nothing to train" "${adapt[@]}" --freeze '*' in.st
like "$(<.err)" "^seg-adapt: nothing is trained: --freeze" "and says so"
"${adapt[@]}" --freeze 'down.*' -o frozen.st in.st
is "$(numbers frozen.st down.0.0.1.running_mean)" "$(numbers model.st down.0.0.1.running_mean)" \
    "--freeze: a frozen batch normalization keeps its running statistics"
"${adapt[@]}" --ema 0.9 --train statistics -o ema.st in.st
is "$(changed ema.st)" "running_mean,running_var" "--ema averages running statistics"
is "$(seg-info --meta seg.net all.st)" "$(seg-info --meta seg.net model.st)" \
    "the network stays"
for key in seg.classes seg.mean seg.std; do
    is "$(seg-info --meta $key all.st)" "$(seg-info --meta $key model.st)" "$key stays"
done

# ---- running statistics, computed a second time ----

seg-init -q -s 1 >conv.st <<'NET'
image       input  -      c=3
a           conv   image  c=3 k=3 bias=1
b           bn     a      act=relu
classifier  conv   b      c=8 k=1 bias=1
NET
seg-predict -q -m conv.st --emit a in.st >a.st
# moments RECORDS: mean and unbiased variance of each channel of node a, of batches
# of so many records, averaged over the batches
moments()
{
    numbers a.st a | awk -v m=$(($1 * 32 * 24)) '
        { c = (NR - 1) % 3; s[c] += $1; q[c] += $1 * $1 }
        NR % (3 * m) == 0 {
            n++
            for (c = 0; c < 3; c++) {
                mean[c] += s[c] / m
                var[c] += (q[c] - s[c] * s[c] / m) / (m - 1)
                s[c] = q[c] = 0
            }
        }
        END { for (c = 0; c < 3; c++) print mean[c] / n, var[c] / n }'
}
# near NAME RECORDS MODEL: its running statistics are these moments
near()
{
    paste -d ' ' <(moments "$2") <(numbers "$3" b.running_mean) \
        <(numbers "$3" b.running_var) | awk '
        { d = $1 - $3; e = $2 - $4
          bad += d * d > 1e-8 * ($1 * $1 + $2) || e * e > 1e-8 * $2 * $2 }
        END { exit bad || NR != 3 }'
    ok $? "$1"
}
only=(seg-adapt -q -j 1 -m conv.st --train statistics)
"${only[@]}" -b 24 -o one.st in.st
near "--train statistics: mean and variance of all pixels of a single batch" 24 one.st
"${only[@]}" -b 8 -o three.st in.st
near "--train statistics: the mean over three batches" 8 three.st
"${only[@]}" -b 4 --accumulate 2 -o six.st in.st
near "--train statistics --accumulate 2: over six batches" 4 six.st
! cmp -s <(numbers one.st b.running_var) <(numbers six.st b.running_var)
ok $? "the size of batches matters"
seg-cat -q in.st in.st >twice.st
"${only[@]}" -b 24 -o last.st twice.st
near "--train statistics: a second pass over the images changes nothing" 24 last.st

# ---- labels ----

for loss in maxsquare 'maxsquare(weigh=1)' entropy nlrank entropy+nlrank; do
    "${adapt[@]}" --loss "$loss" -o without.st <in.st
    ok $? "--loss $loss needs no labels"
    "${adapt[@]}" --loss "$loss" -o with.st <labeled.st
    status_is 0 "--loss $loss reads no labels" seg-diff -i seg.history without.st with.st
done
for loss in ce nl pl nl+pl entropy+ce; do
    status_is 65 "--loss $loss needs labels" "${adapt[@]}" --loss $loss -o no.st in.st
    like "$(<.err)" "^seg-adapt: in.st: [^ ]+: no tensor label" "--loss $loss: and says so"
    [ ! -e no.st ]
    ok $? "--loss $loss: no output"
    "${adapt[@]}" --loss $loss -o with.st labeled.st
    ok $? "--loss $loss accepts labels"
done
perl "$root/tests/record.pl" seg.key=k "seg.classes=a\\tb\\tc" image=U8:24,32,3:9 \
    label=U8:24,32:1 >three.st
status_is 65 "labels of three classes are refused" seg-adapt -q -m model.st --steps 1 \
    -b 1 --loss ce -o no.st three.st
like "$(<.err)" "^seg-adapt: three.st: 3 classes, but model.st has 8$" "and both numbers named"
status_is 0 "without a loss that reads labels their classes do not matter" \
    seg-adapt -q -m model.st --steps 1 -b 1 -o with.st three.st
is "$(seg-info --meta seg.classes with.st)" "$(seg-info --meta seg.classes model.st)" \
    "the model keeps its class names"
names=$(seg-info --meta seg.classes model.st | sed 's/\t/\\t/g; s/ground/soil/')
perl "$root/tests/record.pl" seg.key=k "seg.classes=$names" image=U8:24,32,3:9 \
    label=U8:24,32:1 >soil.st
status_is 65 "other class names are refused" seg-adapt -q -m model.st --steps 1 -b 1 \
    --loss ce -o no.st soil.st
like "$(<.err)" "soil.st: class 0 is soil, ground in model.st" "and the first one named"

# A sum: losses without labels use the ignored pixels too, the others do not.
classes=seg.classes=$(seg-info --meta seg.classes model.st | sed 's/\t/\\t/g')
perl "$root/tests/record.pl" seg.key=k "$classes" image=U8:24,32,3:9 label=U8:24,32:255 >void.st
seg-adapt -q -j 1 -m model.st --steps 1 -b 1 --loss ce+entropy --log void.tsv -o no.st \
    void.st 2>.err
is $? 65 "labels without any class are refused at the end"
like "$(table void.tsv | tail -n 1)" "^1	([0-9.]+)	.*	0	\1	" \
    "ignored pixels count in entropy, not in ce"

# Pixels without data take part in no loss: as if their label were ignored.
nodata=(seg.key=k seg.nodata=7
    "image=U8:24,32,3:$(perl -e 'print join ",", map { ($_ % 5 ? 40 + $_ * 37 % 200 : 7) x 3 } 1 .. 768')")
perl "$root/tests/record.pl" "${nodata[@]}" >gaps.st
perl "$root/tests/record.pl" "${nodata[@]}" "$classes" label=U8:24,32:0 >gaps.labeled.st
for loss in maxsquare entropy; do
    seg-adapt -q -j 1 -m model.st --steps 1 -b 1 --loss $loss --log gaps.tsv -o no.st gaps.st
    seg-finetune -q -j 1 -m model.st --steps 1 -b 1 --loss $loss --log labeled.tsv -o no.st \
        gaps.labeled.st 2>/dev/null
    is "$(table gaps.tsv | tail -n 1 | cut -f 2)" "$(table labeled.tsv | tail -n 1 | cut -f 2)" \
        "--loss $loss leaves out pixels without data"
done

# ---- models that cannot be adapted ----

seg-net unet --width 4 --depth 2 --head none | seg-init -q >bare.st
status_is 65 "a model without classifier is refused" \
    seg-adapt -q -m bare.st --steps 1 -b 1 -o no.st in.st
like "$(<.err)" "bare.st: has no classifier" "and says so"
seg-augment -q --views 2 labeled.st |
    seg-pretrain -q -j 1 -m model.st --steps 1 -b 4 --embedding 8 -o pre.st
status_is 65 "a projection head is no classifier" \
    seg-adapt -q -m pre.st --steps 1 -b 1 -o no.st in.st
printf '%s\n' 'image input - c=3' 'a conv image c=4 k=3 bias=1 act=relu' \
    'classifier conv a c=8 k=1 bias=1' | seg-init -q >plain.st
status_is 64 "--train norms without normalization is refused" \
    seg-adapt -q -m plain.st --train norms --steps 1 -b 1 -o no.st in.st
like "$(<.err)" "--train norms: plain.st has no normalization" "and says so"
printf '%s\n' 'image input - c=3' 'a conv image c=4 k=3' 'b group_norm a groups=2' \
    'classifier conv b c=8 k=1 bias=1' | seg-init -q >group.st
for m in plain group; do
    status_is 64 "--train statistics without batch normalization is refused: $m" \
        seg-adapt -q -m $m.st --train statistics --steps 1 -b 1 -o no.st in.st
    like "$(<.err)" "--train statistics: $m.st has no batch normalization" "and says so: $m"
done
seg-adapt -q -j 1 -m group.st --train norms --steps 2 -b 4 -o out.st in.st
! cmp -s <(numbers out.st b.weight) <(numbers group.st b.weight) &&
    cmp -s <(numbers out.st a.weight) <(numbers group.st a.weight)
ok $? "--train norms trains group normalization"
status_is 64 "--train statistics --statistics kept is refused" \
    "${adapt[@]}" --train statistics --statistics kept in.st
like "$(<.err)" "changes nothing with --statistics kept" "and says why"
status_is 64 "a loss that does not exist" "${adapt[@]}" --loss within in.st

# ---- threads, interruption, log ----

"${adapt[@]}" --log whole.tsv -o whole.st <in.st
is "$(table whole.tsv | head -n 1)" "step	loss	lr	grad_norm	seconds" "the log has titles"
"${adapt[@]}" --loss 'maxsquare+0.1*nlrank' --log sum.tsv -o sum.st <in.st
is "$(table sum.tsv | head -n 1)" "step	loss	lr	grad_norm	maxsquare	nlrank	seconds" \
    "a sum has a column for each loss"
awk -F'\t' 'NR > 1 { d = $2 - $5 - 0.1 * $6; bad += d * d > 1e-9 }
    END { exit bad || NR != 7 }' <(table sum.tsv)
ok $? "the loss is the weighted sum of the columns"
while read -r options; do
    run=("${adapt[@]}" --log part.tsv $options)
    rm -f state.st
    "${run[@]}" -o whole.st <in.st
    cut -f 1-4 part.tsv >whole.tsv
    "${run[@]}" -j 2 -o two.st <in.st
    same whole.st two.st "$options: the same bytes for one thread and two"
    run+=(--checkpoint state.st --every 2 -o part.st)
    head -c 30000 in.st | "${run[@]}" 2>/dev/null
    [ -e state.st ]
    ok $? "$options: a training that breaks off leaves a checkpoint"
    status_is 0 "$options: the same command continues" "${run[@]}" <in.st
    same part.st whole.st "$options: to the same bytes"
    is "$(cut -f 1-4 part.tsv | grep -v '^# com')" "$(grep -v '^# com' whole.tsv)" \
        "$options: and the same log"
done <<'END'
--train all
--train norms --loss entropy --optimizer adamw
--train statistics
--statistics kept --loss nlrank --ema 0.9
--train statistics --accumulate 2 -b 2
END
"${adapt[@]}" --loss nlrank -s 1 -o one.st in.st
"${adapt[@]}" --loss nlrank -s 2 -o two.st in.st
! cmp -s <(numbers one.st classifier.weight) <(numbers two.st classifier.weight)
ok $? "--seed decides the classes that nlrank draws"

# A loss below 0 that falls is no loss that rises.
seg-cat -q in.st in.st in.st in.st in.st >long.st
"${adapt[@]}" --steps 30 -o no.st long.st 2>.err
is "$(<.err)" "" "a maximum squares loss that falls: no warning"

# ---- learning ----

# miou MODEL IMAGES
miou()
{
    seg-predict -q -m "$1" "$2" | seg-score -q 2>/dev/null | awk '$1 == "miou" { print $2 }'
}
# better A B D: A is above B by D
better()
{
    awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { exit !(a > b + d) }'
}
seg-synth -q -n 24 --size 32x32 -s 1 >a.st
seg-net unet --width 8 --depth 2 --classes 8 | seg-init -q -s 1 >init.st
seg-sample -q --crop 32 -n 1600 --flip h -s 1 a.st |
    seg-finetune -q -m init.st --steps 200 -s 1 -o source.st
seg-synth -q -n 16 --first 200 --size 32x32 -s 1 --domain b >b.test.st
seg-synth -q -n 24 --first 100 --size 32x32 -s 1 --domain b | seg-pick --drop label |
    seg-sample -q --crop 32 -n 320 --flip h -s 2 >b.st
before=$(miou source.st b.test.st)
seg-adapt -q -m source.st --train statistics -o out.st b.st
better "$(miou out.st b.test.st)" "$before" 0.003
ok $? "domain b: statistics of its images raise mIoU ($before, $(miou out.st b.test.st))"
seg-sample -q --crop 32 -n 320 --flip h -s 2 a.st |
    seg-adapt -q -m source.st --steps 40 --train statistics -o out.st
! better "$(miou out.st b.test.st)" "$before" 0.003
ok $? "domain b: statistics of images of domain a do not"

# Darker images of domain a are a smaller step than domain b.
dark=(seg-augment --gamma "2.5,2.5" -s 1)
seg-synth -q -n 16 --first 200 --size 32x32 -s 1 | "${dark[@]}" >test.st
seg-synth -q -n 24 --first 100 --size 32x32 -s 1 | seg-pick --drop label | "${dark[@]}" |
    seg-sample -q --crop 32 -n 320 --flip h -s 2 >dark.st
before=$(miou source.st test.st)
while read -r options; do
    seg-adapt -q -m source.st --lr 0.001 $options -o out.st dark.st
    after=$(miou out.st test.st)
    better "$after" "$before" 0.04
    ok $? "dark images: $options raises mIoU ($before, $after)"
done <<'END'
--train statistics
--train norms --loss entropy
--loss maxsquare(weigh=1)
END
done_testing
