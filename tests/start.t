#!/usr/bin/env bash
# The start of a training: the defaults of its settings, the comments of
# the log, the warning of a loss that rises.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 | seg-sample -q --crop 32x24 -n 24 -s 1 >in.st
seg-augment -q --views 2 -s 1 in.st >views.st
net=(seg-net unet --width 4 --depth 2 --classes 8)
"${net[@]}" | seg-init -q -s 1 >random.st
cp random.st 'net -w x.st'
seg-cat -q random.st >copied.st
finetune=(seg-finetune -j 1 -b 4 --steps 1)
pretrain=(seg-pretrain -j 1 -b 4 --steps 1 --embedding 4)
"${pretrain[@]}" -q -m random.st -o pretrained.st views.st
"${finetune[@]}" -q -m random.st -o finetuned.st in.st
adapt=(seg-adapt -j 1 -b 4 --steps 1)
"${adapt[@]}" -q -m finetuned.st -o adapted.st in.st
"${net[@]}" | seg-init -q -w finetuned.st >loaded.st
perl "$root/tests/record.pl" seg.mean=128,128,128 seg.std=64,64,64 \
    "seg.net=image input - c=3\\nclassifier conv image c=8 k=1\\n" \
    classifier.weight=F32:8,3,1,1:0.001 >unknown.st

# starts WHAT PATTERN COMMAND...: what the program says at its start
starts()
{
    local what=$1 said
    said=$("${@:3}" -o no.st 2>&1 | grep -o 'starting from.*')
    is "$said" "starting from $2" "$what"
}
sgd="sgd, lr 0.15, clip 1, warm-up 0"
starts "a new model is random" "random weights: sgd, lr 0.15, clip 1, warm-up 0" \
    "${finetune[@]}" -m random.st in.st
starts "so is a copy" "random weights: sgd, lr 0.15, clip 1, warm-up 0" \
    "${finetune[@]}" -m copied.st in.st
starts "after seg-pretrain as before" \
    "the weights of seg-pretrain: sgd, lr 0.15, clip 1, warm-up 0" \
    "${finetune[@]}" -m pretrained.st in.st
"${net[@]}" | seg-init -q --lenient -w pretrained.st >headless.st
starts "with another head too" \
    "the weights of pretrained.st: sgd, lr 0.15, clip 1, warm-up 0" \
    "${finetune[@]}" -m headless.st in.st
starts "after seg-finetune" "the weights of seg-finetune: $sgd" \
    "${finetune[@]}" -m finetuned.st in.st
starts "after seg-adapt" "the weights of seg-adapt: $sgd" \
    "${finetune[@]}" -m adapted.st in.st
starts "after seg-init -w" "the weights of finetuned.st: $sgd" \
    "${finetune[@]}" -m loaded.st in.st
starts "without a history" "weights of unknown origin: $sgd" \
    "${finetune[@]}" -m unknown.st in.st
starts "adamw has its own rate" \
    "the weights of seg-finetune: adamw, lr 0.001, clip 0, warm-up 0" \
    "${finetune[@]}" -m finetuned.st --optimizer adamw in.st
starts "options hold" "the weights of seg-finetune: sgd, lr 0.2, clip 0, warm-up 3" \
    "${finetune[@]}" -m finetuned.st --lr 0.2 --clip 0 --warmup 3 in.st
starts "seg-pretrain clips" "random weights: sgd, lr 0.1, clip 1, warm-up 0" \
    "${pretrain[@]}" -m random.st views.st
is "$("${finetune[@]}" -q -m random.st -o no.st in.st 2>&1)" "" "-q: no line"

starts "onecycle is taken" "random weights: sgd, lr 0.4, clip 1, warm-up 0" \
    "${finetune[@]}" -m random.st --schedule onecycle --lr 0.4 in.st
"${finetune[@]}" -q -m random.st --steps 6 --schedule onecycle --lr 0.4 --warmup 3 \
    --log cycle.tsv -o no.st in.st
is "$(table cycle.tsv | cut -f 3 | paste -sd ' ')" "lr 0.016 0.208 0.4 0.3 0.100001 1.6e-06" \
    "onecycle rises during --warmup"

# The pages have the same table.
for program in finetune pretrain adapt; do
    input=in.st
    [ $program != pretrain ] || input=views.st
    sed -n '/^\.It sgd\|^\.It adamw/s/^\.It //p' "$root/man/seg-$program.1" |
        sed 's/ Ta / /g' >rows
    is "$(wc -l <rows)" 2 "seg-$program(1) has two rows"
    declare -n command=$program
    while read -r optimizer lr clip warmup; do
        for model in random finetuned; do
            like "$("${command[@]}" -m $model.st --optimizer "$optimizer" -o no.st $input 2>&1)" \
                ": $optimizer, lr $lr, clip $clip, warm-up $warmup" \
                "seg-$program(1): $model weights, $optimizer"
        done
    done <rows
done

# The defaults are those settings, to the last bit.
"${finetune[@]}" -q --steps 3 -m finetuned.st -o default.st in.st
"${finetune[@]}" -q --steps 3 -m finetuned.st --optimizer sgd --lr 0.15 --clip 1 \
    --warmup 0 -o given.st in.st
seg-diff -i seg.history default.st given.st >diff.txt
ok $? "the default settings give the model of the same settings given"

# The comments of the log.
"${finetune[@]}" -q -s 7 -m random.st --momentum 0.8 --log log.tsv -o no.st in.st
nodes=$(seg-info --meta seg.net no.st | grep -c '^[^#]')
is "$(grep '^# ' log.tsv | sed 's/hash of its text .*/hash/')" "\
# command: $(seg-finetune --version | sed "s,(segpipe) ,,") -b 4 --steps 1 -s 7 -m random.st --momentum 0.8 in.st
# network: $nodes nodes, 1784 weights, hash
# start: random weights
# settings: sgd, lr 0.15, clip 1, warm-up 0, momentum 0.8, weight decay 4e-05, average 0, \
layer decay 1, schedule poly, steps 1, batch 4 * 1, seed 7" "the log begins with comments"
"${finetune[@]}" -q -j 2 -s 7 -m random.st --momentum 0.8 --log again.tsv -o no.st in.st
is "$(grep '^# ' log.tsv)" "$(grep '^# ' again.tsv)" "equal runs have equal comments"

# grad_norm is the norm before clipping: of one weight, the change of that weight
# in a step of rate 1 without momentum and decay.
one=(seg-finetune -q -j 1 -m unknown.st -b 4 --steps 1 --wd 0 --momentum 0 --lr 1)
"${one[@]}" --clip 0 --log free.tsv -o free.st in.st
"${one[@]}" --clip 0.01 --log held.tsv -o held.st in.st
"${one[@]}" --clip 0 -b 2 --accumulate 2 --log parts.tsv -o parts.st in.st
# norm MODEL: the length of the step from unknown.st
norm()
{
    paste <(numbers unknown.st classifier.weight) <(numbers "$1" classifier.weight) |
        awk '{ d += ($1 - $2) * ($1 - $2) } END { printf "%.4g\n", sqrt(d) }'
}
logged()
{
    table "$1" | tail -n 1 | cut -f 4 | xargs printf '%.4g\n'
}
is "$(logged free.tsv)" "$(norm free.st)" "grad_norm is the norm of the gradient"
is "$(logged held.tsv)" "$(logged free.tsv)" "grad_norm is that before clipping"
is "$(norm held.st)" 0.01 "--clip limits the norm"
is "$(logged parts.tsv)" "$(norm parts.st)" "grad_norm of the mean of two batches"

# --layer-decay: the multipliers are those of --lr-scale, to the last bit.
# scaled ARGUMENT...: the weights after 3 steps
scaled()
{
    "${finetune[@]}" -q --steps 3 -m random.st -o scaled.st "$@" in.st
    numbers scaled.st down.0.0.0.weight
    numbers scaled.st down.1.0.0.weight
    numbers scaled.st classifier.weight
}
is "$(scaled --layer-decay 0.5)" \
    "$(scaled --lr-scale 'down.0.*=0.25' --lr-scale 'down.1.*=0.5')" \
    "--layer-decay scales the rates of the encoder by depth"
is "$(scaled --layer-decay 0.5 --lr-scale 'down.0.*=4')" \
    "$(scaled --lr-scale 'down.1.*=0.5')" "--layer-decay multiplies those of --lr-scale"
scaled --layer-decay 0.5 >one
scaled --layer-decay 0.5 -j 2 >two
same one two "--layer-decay: the same bytes for one thread and two"
like "$("${finetune[@]}" -m random.st --layer-decay 0.5 -o no.st in.st 2>&1)" \
    "--layer-decay 0.5: 2 levels, rates times 0.25 to 0.5" "--layer-decay tells its levels"
status_is 64 "--layer-decay without an encoder is refused" \
    "${finetune[@]}" -q -m unknown.st --layer-decay 0.5 -o no.st in.st
like "$(cat .err)" "unknown.st has no encoder with weights" "and says so"
for wrong in "--layer-decay 1.5" "--layer-decay 0" "--ema -1" "--schedule onecycl"; do
    status_is 64 "$wrong is refused" "${finetune[@]}" -q -m random.st $wrong -o no.st in.st
done

# The warning of a loss that rises.
seg-sample -q --crop 32x24 -n 120 -s 1 <(seg-synth -q -n 6 --size 40x32 -s 3) >long.st
seg-finetune -q -j 1 -b 4 -m random.st --lr 0.1 -o good.st long.st 2>.err
is "$(<.err)" "" "a falling loss: no warning"
long=(seg-finetune -q -j 1 -b 4 -m good.st --steps 30)
"${long[@]}" -o no.st long.st 2>.err
is "$(<.err)" "" "trained weights and their defaults: no warning"
"${long[@]}" --lr 30 --log rise.tsv -o no.st long.st 2>.err
like "$(<.err)" "^seg-finetune: warning: the loss has risen from ([0-9.]+) in \
step 1 to a median of [0-9.]+ in steps 11 to 30: lower the rate \(--lr 3\)$" \
    "an absurd rate: a warning"
is "${BASH_REMATCH[1]}" "$(table rise.tsv | sed -n 2p | cut -f 2 |
    xargs printf '%.4g')" "the warning has the first loss"
"${long[@]}" --lr 30 --clip 0 -o no.st long.st 2>.err
like "$(<.err)" "lower the rate \(--lr 3\) or clip \(--clip 1\)$" \
    "without clipping the warning names --clip"
"${long[@]}" --lr 30 --steps 29 -o no.st long.st 2>.err
is "$(<.err)" "" "fewer than 30 steps: no warning"
done_testing
