#!/usr/bin/env bash
# Training that is interrupted, resumed, mistaken or hopeless.  The loop itself
# is tested in tests/unit/train.c.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 |
    seg-sample -q --crop 32x24 -n 48 -s 1 --flip h >in.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 >init.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 2 >other.st
train=(seg-finetune -q -j 1 -m init.st --steps 12 --batch 4 --lr 0.05 -s 5)

status_is 0 "a run without disturbance" \
    "${train[@]}" --log whole.tsv -o whole.st <in.st
"${train[@]}" -j 2 -o two.st <in.st
same two.st whole.st "two threads make the same bytes"

# Input that stops half way and stays open until the signal is sent: the run
# stands still after step 6.
stall()
{
    local try=0
    head -c $(($(stat -c %s in.st) * 55 / 100)) in.st
    until [ -e sent ] || [ $((try++)) -ge 200 ]; do
        sleep 0.05
    done
}

# halt SIGNAL EVERY: such a run with a checkpoint, and then the signal
halt()
{
    rm -f state.st part.st log.tsv sent
    "${train[@]}" --checkpoint state.st --every "$2" --log log.tsv \
        -o part.st < <(stall) 2>halt.err &
    local pid=$! try=0
    until [ "$(cat log.tsv 2>/dev/null | wc -l)" -ge 7 ] ||
        [ $((try++)) -ge 100 ]; do
        sleep 0.05
    done
    kill -s "$1" $pid
    touch sent
    wait $pid 2>/dev/null
}

# resume: the same command on the whole input; ends as if nothing had been
resume()
{
    status_is 0 "$1: the same command goes on" "${train[@]}" \
        --checkpoint state.st --every 2 --log log.tsv -o part.st <in.st
    same part.st whole.st "$1: and ends in the same bytes"
    is "$(sed 's/\t[^\t]*$//' log.tsv)" "$(sed 's/\t[^\t]*$//' whole.tsv)" \
        "$1: and in the same log"
    [ ! -e state.st ]
    ok $? "$1: the checkpoint is gone"
}

halt KILL 2
is $? 137 "killed"
[ -s state.st ] && [ ! -e part.st ]
ok $? "killed: a checkpoint, no output"
cp state.st killed.st
resume "killed"

for signal in TERM INT USR1; do
    # bash starts background jobs deaf to SIGINT; a handler is set all the same
    halt $signal 1000
    is $? 75 "SIG$signal: status 75"
    like "$(cat halt.err)" "stopped after step [0-9]+; .*state.st" \
        "SIG$signal: said how to go on"
    [ -s state.st ] && [ ! -e part.st ]
    ok $? "SIG$signal: a checkpoint, no output"
    resume "SIG$signal"
done

# Dropout and stochastic depth are drawn by step, and AdamW has two moments.
unet=("${train[@]}") && mv whole.st unet.st
seg-net vit-tiny --patch 8 --classes 8 --picture 32x24 | seg-init -q >vit.st
train=(seg-finetune -q -j 1 -m vit.st --steps 12 --batch 2 --accumulate 2
    --optimizer adamw --lr 0.001 -s 5)
"${train[@]}" --log whole.tsv -o whole.st <in.st
"${train[@]}" -s 6 -o seed.st <in.st
! cmp -s seed.st whole.st
ok $? "a transformer: another seed drops others"
halt KILL 2
[ -s state.st ] && [ ! -e part.st ]
ok $? "a transformer, killed: a checkpoint, no output"
resume "a transformer"
train=("${unet[@]}") && mv unet.st whole.st

# A checkpoint is for one training only.
refused()
{
    local name=$1
    shift
    cp killed.st state.st
    status_is 65 "$name: refused" "$@" --checkpoint state.st -o no.st
    like "$(cat .err)" "state.st|not the records" "$name: and said why"
    [ ! -e no.st ] && cmp -s state.st killed.st
    ok $? "$name: no output, checkpoint untouched"
}
refused "other arguments" "${train[@]}" --lr 0.04 <in.st
refused "another model" "${train[@]}" -m other.st <in.st
seg-synth -q -n 6 --size 40x32 -s 3 |
    seg-sample -q --crop 32x24 -n 48 -s 9 >foreign.st
refused "another input" "${train[@]}" <foreign.st
head -c 1000 killed.st >cut.st
cp cut.st state.st
status_is 65 "a damaged checkpoint is refused" \
    "${train[@]}" --checkpoint state.st -o no.st <in.st

# A network without batch norm, which nothing keeps from running away.
cat >plain.net <<'NET'
image       input  -      c=3
a           conv   image  c=8 k=3 bias=1 act=relu
classifier  conv   a      c=8 k=1 bias=1
NET
seg-init -q -s 1 plain.net >plain.st

# Divergence is no result.
status_is 65 "a loss that is no number stops the run" \
    "${train[@]}" -m plain.st --lr 1e6 -o no.st <in.st
like "$(cat .err)" "step [0-9]+: .*finite.*--lr" "and names step and rate"
[ ! -e no.st ]
ok $? "and leaves no model"
perl "$root/tests/record.pl" seg.mean=0,0,0 seg.std=1,1,1 \
    "seg.net=$(sed 's/$/\\n/' plain.net | tr -d '\n')" a.weight=F32:8,3,3,3:0.1 \
    a.bias=F32:8:nan classifier.weight=F32:8,8,1,1:1 classifier.bias=F32:8:0 >nan.st
status_is 65 "nor is a model that has none to begin with" \
    "${train[@]}" -m nan.st -o no.st <in.st
like "$(cat .err)" "^seg-finetune: nan.st: tensor a.bias has numbers .*not finite" \
    "which is named"

status_is 65 "an input that ends early" \
    "${train[@]}" --steps 13 -o no.st <in.st
like "$(cat .err)" "ends after step 12 of 13" "is said to"
status_is 64 "the schedule must know the number of steps" \
    seg-finetune -q -m init.st < <(cat in.st)
"${train[@]}" --steps 12 -o a.st <in.st
seg-finetune -q -j 1 -m init.st --batch 4 --lr 0.05 -s 5 -o b.st in.st
seg-diff -q a.st b.st >/dev/null 2>&1
ok $? "of a file it is counted"

# Two halves of a batch are the batch, but for pixels that are ignored.
for b in "4 1" "2 2"; do
    set -- $b
    seg-finetune -q -j 1 -m plain.st --steps 12 --batch "$1" --accumulate "$2" \
        --log "$1.tsv" <in.st >/dev/null
done
paste 4.tsv 2.tsv | awk -F'\t' 'NR == 2 { first = $2 } NR > 1 {
    d = ($2 - $6) / $2; worst = d * d > worst ? d * d : worst }
    END { exit !(NR == 13 && first > 1.2 * $2 && worst < 1e-4) }'
ok $? "accumulated gradients are those of the whole batch"
done_testing
