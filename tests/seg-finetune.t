#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 >whole.st
seg-sample -q --crop 32x24 -n 24 -s 1 --flip h whole.st >in.st
seg-net unet --width 4 --depth 2 --classes 3 | seg-init -q -s 1 >init.st
tune=(seg-finetune -q -j 1 -m init.st --steps 6 -b 4)

keeps_contract "seg-finetune" in.st "${tune[@]}"

# The head is swapped for one of the classes of the data.
"${tune[@]}" -o out.st in.st
seg-info --meta seg.net out.st >info
like "$(cat info)" "classifier +conv .*c=8" "as many classes as the data has"
is "$(seg-info --meta seg.classes out.st)" \
    "$(seg-info --meta seg.classes in.st | head -n 1)" "the model has the names of the classes"
seg-augment -q --views 2 --color 0.3 in.st |
    seg-pretrain -q -j 1 -m init.st --steps 6 -b 4 --embedding 8 --lr 0.01 >pre.st
"${tune[@]}" -m pre.st -o tuned.st in.st
seg-info --meta seg.net tuned.st >info
! grep -q projection info && grep -q classifier info
ok $? "a projection head is replaced by a classifier"

# The loss takes the logits before the last enlargement, if there is one.
cat >strided.net <<'NET'
image       input   -           c=3
a           conv    image       c=8 k=3 s=4
b           bn      a           act=relu
classifier  conv    b           c=8 k=1 bias=1
output      resize  classifier  like=image
NET
seg-init -q -s 1 strided.net >strided.st
status_is 0 "a network of a smaller output" \
    "${tune[@]}" -m strided.st -o strided.out.st in.st
seg-predict -q -m strided.out.st whole.st | seg-score -q >score.tsv
ok $? "predicts at full size"
sed 's/like=/scale=4 &/' strided.net | seg-init -q -s 1 >four.st
"${tune[@]}" -m four.st -o four.out.st in.st
is "$(numbers four.out.st a.weight | md5sum)" \
    "$(numbers strided.out.st a.weight | md5sum)" "scale=4: the same weights as without scale"
sed 's/like=/scale=3 &/' strided.net | seg-init -q -s 1 >three.st
for run in "${tune[*]} -m three.st in.st" "seg-predict -q -m three.st whole.st"; do
    status_is 65 "scale=3 is too small: ${run%% *} refuses" $run -o no.st
    like "$(cat .err)" "three.st:5: output: .*cannot be cut out of .*scale" \
        "scale=3 is too small: ${run%% *} names the node"
    [ ! -e no.st ]
    ok $? "scale=3 is too small: ${run%% *} writes nothing"
done

# A Segmenter keeps its decoder, at any size; other classes: a plain classifier.
seg-net vit-tiny --patch 8 --classes 8 --image 32x32 | seg-init -q >vit.st
seg-sample -q --crop 30x21 -n 4 -s 1 whole.st >odd.st
vit=(seg-finetune -q -m vit.st --steps 2 -b 2 odd.st)
"${vit[@]}" -j 1 -o vit1.st && "${vit[@]}" -j 2 -o vit2.st
cmp -s vit1.st vit2.st
ok $? "a transformer: the same bytes for one thread and two"
is "$(seg-info --meta seg.net vit1.st)" "$(seg-info --meta seg.net vit.st)" \
    "a transformer keeps its decoder"
seg-net vit-tiny --patch 8 --classes 5 | seg-init -q >five.st
seg-finetune -q -m five.st --steps 2 -b 2 -o vit3.st odd.st
is "$(seg-info --meta seg.net vit3.st | grep ^output | tr -s ' ')" \
    "output resize classifier scale=8 like=image" "a transformer of other classes gets a plain classifier"

# The loss falls below that of a constant prediction.
seg-sample -q --crop 32x24 -n 320 -s 1 --flip h whole.st >long.st
seg-finetune -q -j 1 -m init.st --lr 0.1 --log log.tsv -o long.out.st long.st
awk 'NR > 1 && NR < 7 { a += $2 } NR > 36 { b += $2 }
    END { exit !(NR == 41 && b < 0.8 * a) }' <(table log.tsv)
ok $? "the loss falls"
is "$(table log.tsv | head -n 1)" "step	loss	lr	grad_norm	seconds" "the log has titles"

# Validation: the log, the best model, and that measuring changes nothing.
"${tune[@]}" --lr 0.1 --valid whole.st --valid-every 2 --log log.tsv \
    -o best.st in.st
"${tune[@]}" --lr 0.1 --valid whole.st --valid-every 2 --select last -o last.st \
    in.st
is "$(table log.tsv | cut -f 5 | sed 's/[0-9.]\{6\}/N/' | paste -sd ' ')" \
    "miou - N - N - N" "--valid-every 2: mIoU every other step"
miou()
{
    seg-predict -q -m "$1" whole.st | seg-score -q 2>/dev/null |
        awk '$1 == "miou" { printf "%.4f", $2 }'
}
is "$(miou best.st)" \
    "$(awk -F'\t' '$5 ~ /^[01][.]/ { print $5 }' log.tsv | sort -n | tail -n 1)" \
    "--select best: seg-predict and seg-score give the best mIoU of the log"
is "$(miou last.st)" "$(tail -n 1 log.tsv | cut -f 5)" "--select last is the last"
"${tune[@]}" --lr 0.1 -o alone.st in.st
seg-diff last.st alone.st >diff.txt 2>&1
! grep -q weight diff.txt
ok $? "validation does not touch the training"

# The moving average is what is measured and written.
ema=("${tune[@]}" --lr 0.1 --ema 0.9 --valid whole.st --valid-every 2)
"${ema[@]}" --log ema.tsv -o ema.st in.st
"${ema[@]}" -j 2 -o ema2.st in.st
same ema.st ema2.st "--ema: the same bytes for one thread and two"
is "$(miou ema.st)" \
    "$(table ema.tsv | awk -F'\t' '$5 ~ /^[01][.]/ { print $5 }' | sort -n | tail -n 1)" \
    "--ema: the average is measured and written"
is "$(table ema.tsv | cut -f 2)" "$(table log.tsv | cut -f 2)" \
    "--ema does not change the training"
"${tune[@]}" --lr 0.1 --ema 0.9 -o ema.last.st in.st
! cmp -s <(numbers ema.last.st classifier.weight) <(numbers alone.st classifier.weight)
ok $? "--ema without --valid: the average is written"
status_is 64 "--ema 1 is refused" "${tune[@]}" --ema 1 in.st

# Early stopping: without norms a rate of 0 never improves, so the first
# measurement is best.
seg-init -q -s 1 >still.init.st <<'NET'
image       input  -      c=3
a           conv   image  c=8 k=3 bias=1 act=relu
classifier  conv   a      c=8 k=1 bias=1
NET
still=("${tune[@]}" -m still.init.st --lr 0 --valid whole.st --valid-every 1 --patience 2)
"${still[@]}" --log still.tsv -o still.st in.st
is "$(table still.tsv | cut -f 1 | paste -sd ' ')" "step 1 2 3" \
    "--patience 2: the third measurement without a better one ends it"
seg-finetune -j 1 -b 4 -m still.init.st --lr 0 --valid whole.st --valid-every 1 \
    --patience 2 -o still.st in.st 2>.err
like "$(<.err)" "stopped after step 3: no better mIoU in 2 measurements" \
    "--patience: a line says why it stopped"
like "$(<.err)" "writing the model of step 1, with mIoU 0[.][0-9]{4}" \
    "--patience: a line says which model is written"
cat in.st | "${still[@]}" --steps 6 -o still.st
is "${PIPESTATUS[*]}" "0 0" "--patience reads the rest of a pipe"
patient=("${tune[@]}" --lr 0.1 --valid whole.st --valid-every 2)
"${patient[@]}" --patience 9 -o patient.st in.st
same <(numbers patient.st classifier.weight) <(numbers best.st classifier.weight) \
    "--patience that is not used up changes nothing"
head -c $(($(stat -c %s in.st) * 20 / 24)) in.st |
    "${still[@]}" --steps 6 --checkpoint early.ckpt --every 1 -o no.st 2>.err
is $? 65 "--patience: a cut input is noticed after the stop"
status_is 0 "--patience: the training that has stopped continues" \
    "${still[@]}" --steps 6 --checkpoint early.ckpt --every 1 --log none.tsv -o again.st <in.st
is "$(table none.tsv | wc -l)" 1 "--patience: without another step"
same <(numbers again.st classifier.weight) <(numbers still.st classifier.weight) \
    "--patience: to the same model"
status_is 64 "--patience requires --valid" "${tune[@]}" --patience 2 in.st
like "$(cat .err)" "^seg-finetune: --patience requires --valid FILE " "and says so"
status_is 64 "--patience with --select last is refused" \
    "${patient[@]}" --patience 2 --select last in.st

# Class weights from a table of seg-stat.
seg-stat -q in.st >stat.tsv 2>/dev/null
for w in inverse median; do
    "${tune[@]}" --class-weights $w --stat stat.tsv --log $w.tsv -o w.st in.st
    ok $? "--class-weights $w"
done
first_loss()
{
    table "$1" | sed -n 2p | cut -f 2
}
[ "$(first_loss inverse.tsv)" != "$(first_loss log.tsv)" ]
ok $? "class weights change the loss"
status_is 64 "--class-weights requires --stat" \
    "${tune[@]}" --class-weights median in.st

# Losses: each of the table, and a sum with a column for each of its losses.
losses=$("${tune[@]}" --loss '?' in.st 2>&1 | sed -n 's/.*expected //; s/,//gp')
ok $(( $(wc -w <<<"$losses") < 6 )) "the message about a wrong loss names all"
help=$(seg-finetune --help | grep -A 3 -e '--loss LOSS')
page=$(sed -n '/^\.Sh LOSSES/,/^\.Sh INPUT/p' "$root/man/seg-finetune.1")
for loss in $losses; do
    [[ $help =~ [\ ,]${loss}[\ ,] && $page =~ ".It Cm $loss"$'\n' ]]
    ok $? "--help and the page name the loss $loss"
done
for loss in 'ce(smooth=0.1)' $losses; do
    "${tune[@]}" --lr 0.1 --loss "$loss" --log loss.tsv -o loss1.st long.st
    "${tune[@]}" --lr 0.1 --loss "$loss" -j 2 -o loss2.st long.st
    same loss1.st loss2.st "--loss $loss: the same bytes for one thread and two"
    awk -F'\t' 'NR == 2 { first = $2 } END { exit !($2 + 0 == $2 && first != 0) }' \
        <(table loss.tsv)
    ok $? "--loss $loss: losses are finite numbers"
done
"${tune[@]}" --loss ce -o ce.st in.st
"${tune[@]}" -o default.st in.st
seg-diff ce.st default.st >diff.txt 2>&1
! grep -q weight diff.txt
ok $? "--loss ce is the default"
sum=("${tune[@]}" --accumulate 2 -b 2 --loss '2*ce + 0.5*dice(batch=1)')
"${sum[@]}" --valid whole.st --log sum.tsv -o sum.st in.st
is "$(table sum.tsv | head -n 1)" "step	loss	lr	grad_norm	ce	dice	miou	seconds" \
    "--loss SUM: the log has a column for each loss"
awk -F'\t' 'NR > 1 { d = $2 - 2 * $5 - 0.5 * $6; bad += d * d > 1e-8 }
    END { exit bad || NR != 7 }' <(table sum.tsv)
ok $? "--loss SUM: the loss is the weighted sum of the columns"
"${sum[@]}" -m strided.st --loss ce+dice+lovasz -j 1 -o sum1.st in.st
"${sum[@]}" -m strided.st --loss ce+dice+lovasz -j 2 -o sum2.st in.st
same sum1.st sum2.st "--loss SUM on enlarged logits: the same bytes for two threads"

# A checkpoint continues a sum with the same bytes and the same log.
split=("${sum[@]}" --log part.tsv --checkpoint state.st --every 2 -o part.st)
"${sum[@]}" --log whole.tsv -o all.st <in.st
head -c 40000 in.st | "${split[@]}" 2>/dev/null
[ -e state.st ]
ok $? "--loss SUM: a training that breaks off leaves a checkpoint"
status_is 0 "--loss SUM: the same command continues" "${split[@]}" <in.st
cmp -s <(cut -f 1-6 whole.tsv) <(cut -f 1-6 part.tsv)
ok $? "--loss SUM: the log after continuing is that of an uninterrupted run"
seg-diff all.st part.st >diff.txt 2>&1
! grep -q weight diff.txt
ok $? "--loss SUM: and so is the model"

while IFS='|' read -r loss message; do
    status_is 64 "--loss $loss is refused" "${tune[@]}" --loss "$loss" in.st
    like "$(cat .err)" "^seg-finetune: --loss .*$message" \
        "--loss $loss: the message says why"
    is "$(wc -l <.err)" 1 "--loss $loss: in one line"
done <<'END'
jaccard|'jaccard' is not a loss: expected ce, dice, entropy, focal, lovasz, maxsquare, nl, nlrank, ohem, pl, tversky
ce+ce|ce is given twice
0*ce|weight 0 of ce is not a positive finite number
inf*ce|weight inf of ce is not
ce+|a loss is missing
dice(batch=2)|batch=2 of dice is not a whole number within 0..1
END
status_is 64 "--class-weights with a loss that has none" "${tune[@]}" \
    --loss dice --class-weights median --stat stat.tsv in.st
like "$(cat .err)" "ce, focal and ohem do" "names the losses that have them"

# Wrong labels are named.
status_is 65 "a label that is no class" "${tune[@]}" --classes 2 in.st
like "$(cat .err)" "in.st: [^ ]+: label: value [2-7] at \(x [0-9]+, y [0-9]+\).*0\.\.1" \
    "a label that is no class: the message names record, value and pixel"
seg-sample -q --crop 24x24 -n 4 -s 1 whole.st >small.st
seg-cat -q in.st small.st >mixed.st
status_is 65 "two sizes" "${tune[@]}" --steps 7 mixed.st
like "$(cat .err)" "24x24.*32x24" "two sizes: the message names both"
status_is 66 "no validation stream" "${tune[@]}" --valid nowhere.st in.st
status_is 65 "an empty validation stream" \
    "${tune[@]}" --valid <(seg-synth -q -n 0) in.st
done_testing
