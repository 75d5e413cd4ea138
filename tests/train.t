#!/usr/bin/env bash
# Training: interruption, continuation, wrong inputs and divergence.  The loop
# itself is tested in tests/unit/train.c.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive

seg-synth -q -n 6 --size 40x32 -s 3 |
    seg-sample -q --crop 32x24 -n 48 -s 1 --flip h >in.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 1 >init.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -s 2 >other.st
train=(seg-finetune -q -j 1 -m init.st --steps 12 --batch 4 --lr 0.05 -s 5)

status_is 0 "an uninterrupted run" \
    "${train[@]}" --log whole.tsv -o whole.st <in.st
"${train[@]}" -j 2 -o two.st <in.st
same two.st whole.st "the same bytes for one thread and two"

# Input that stops half way and stays open until the signal is sent: the run
# waits after step 6.
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
    until [ "$(cat log.tsv 2>/dev/null | wc -l)" -ge 11 ] ||
        [ $((try++)) -ge 100 ]; do
        sleep 0.05
    done
    kill -s "$1" $pid
    touch sent
    wait $pid 2>/dev/null
}

# resume NAME: the same command on the whole input gives the uninterrupted run
resume()
{
    status_is 0 "$1: the same command continues" "${train[@]}" \
        --checkpoint state.st --every 2 --log log.tsv -o part.st <in.st
    same part.st whole.st "$1: the model is the same bytes"
    is "$(sed 's/\t[^\t]*$//' log.tsv)" "$(sed 's/\t[^\t]*$//' whole.tsv)" \
        "$1: the log is the same"
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
    # bash ignores SIGINT in background jobs; a handler is set anyway
    halt $signal 1000
    is $? 75 "SIG$signal: status 75"
    like "$(cat halt.err)" "stopped after step [0-9]+; .*state.st" \
        "SIG$signal: the message says how to continue"
    [ -s state.st ] && [ ! -e part.st ]
    ok $? "SIG$signal: a checkpoint, no output"
    resume "SIG$signal"
done

# Dropout and stochastic depth are drawn by step, AdamW has two moments, and the
# weights have an average.
unet=("${train[@]}") && mv whole.st unet.st && mv whole.tsv unet.tsv
seg-net vit-tiny --patch 8 --classes 8 --image 32x24 | seg-init -q >vit.st
train=(seg-finetune -q -j 1 -m vit.st --steps 12 --batch 2 --accumulate 2
    --optimizer adamw --lr 0.001 --ema 0.9 -s 5)
"${train[@]}" --log whole.tsv -o whole.st <in.st
"${train[@]}" -s 6 -o seed.st <in.st
! cmp -s seed.st whole.st
ok $? "a transformer: another seed drops others"
halt KILL 2
[ -s state.st ] && [ ! -e part.st ]
ok $? "a transformer, killed: a checkpoint, no output"
resume "a transformer"
train=("${unet[@]}") && mv unet.st whole.st && mv unet.tsv whole.tsv

# A checkpoint is for one training only.
refused()
{
    local name=$1
    shift
    cp killed.st state.st
    status_is 65 "$name: refused" "$@" --checkpoint state.st -o no.st
    like "$(cat .err)" "state.st|not the records" "$name: the message says why"
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

# A signal ends a wait for input.
rm -f state.st part.st log.tsv .seg-*
mkfifo still
perl -e 'alarm 20; exec @ARGV' "${train[@]}" --checkpoint state.st \
    --log log.tsv -o part.st <still 2>halt.err &
pid=$!
exec 9>still
head -c $(($(stat -c %s in.st) * 55 / 100)) in.st >&9
for ((try = 0; try < 200; try++)); do
    [ "$(cat log.tsv 2>/dev/null | wc -l)" -ge 11 ] && break
    sleep 0.05
done
kill -s TERM $pid
wait $pid
is $? 75 "SIGTERM ends a wait for the input"
exec 9>&-
like "$(cat halt.err)" "stopped after step 6; " "after the last complete step"
is "$(echo state.st* .seg-*)" "state.st .seg-*" \
    "neither lock nor temporary file is left"
cp state.st stopped.st
cp log.tsv stopped.tsv
resume "a wait"

# cannot_continue NAME PATTERN ARGUMENT...: refused with 65, no file is changed
cannot_continue()
{
    local name=$1 pattern=$2 log
    shift 2
    cp stopped.st state.st
    log=$(cat log.tsv 2>/dev/null | cksum)
    status_is 65 "$name: refused" "${train[@]}" --checkpoint state.st \
        --log log.tsv -o no.st "$@" <in.st
    like "$(cat .err)" "$pattern" "$name: the message says why"
    [ ! -e no.st ] && cmp -s state.st stopped.st &&
        [ "$log" = "$(cat log.tsv 2>/dev/null | cksum)" ]
    ok $? "$name: no output, checkpoint and log are as they were"
}
size=$(stat -c %s stopped.tsv)
head -c 40 stopped.tsv >log.tsv
cannot_continue "a log that was cut" "log.tsv: shorter \(40 bytes\) than checkpoint \
state.st says \($size bytes\): put that log back, go on without --log, or"
: >log.tsv
cannot_continue "an empty log" "shorter \(0 bytes\)"
rm log.tsv
cannot_continue "a missing log" "log.tsv: no such file, .*$size bytes"
[ ! -e log.tsv ]
ok $? "a missing log is not created"
sed 's/2\./3./' stopped.tsv >log.tsv
cannot_continue "the log of another training" "not the log of checkpoint state.st"
cp stopped.tsv log.tsv
cannot_continue "another setting" "has '-s 5', this one has '-s 5 --lr 0.04'" \
    --lr 0.04
cannot_continue "fewer steps" "this one has '-s 5 --steps 11'" --steps 11
cp stopped.st state.st
{ cat stopped.tsv; printf '7\t9\t9\t9\t9\n8\t9'; } >log.tsv
resume "a longer log is cut"
cp stopped.st state.st
status_is 0 "a training continues without a log" \
    "${train[@]}" --checkpoint state.st -o part.st <in.st
same part.st whole.st "without a log: the model is the same bytes"

# One key with other pixels is another input.
seg-augment -q -s 1 --color 0.5 in.st >one.st
seg-augment -q -s 2 --color 0.5 in.st >two.st
first=("${train[@]}" --steps 13 --every 6 --checkpoint state.st -o no.st)
status_is 65 "a training fails if its input is too short" "${first[@]}" <one.st
status_is 65 "it does not continue with other pixels" "${first[@]}" <two.st
like "$(cat .err)" "not the records that the checkpoint was made with" \
    "other pixels: the message says so"
rm -f state.st

# Outputs that cannot be written are refused before the input is read.
wrong_output()
{
    local status=$1 pattern=$2
    shift 2
    rm -f no.st log.tsv
    status_is "$status" "$*: refused at once" timeout 20 "${train[@]}" \
        -o no.st "$@" < <(sleep 21 & echo $! >sleeper)
    like "$(cat .err)" "$pattern" "$*: the message says why"
    kill "$(cat sleeper)" 2>/dev/null
}
mkdir -p folder
wrong_output 73 "nowhere/c.st: cannot create" --checkpoint nowhere/c.st
wrong_output 73 "folder: cannot create: Is a directory" --checkpoint folder
wrong_output 73 "/dev/null: a checkpoint is a file" --checkpoint /dev/null
wrong_output 64 "a checkpoint is a file" --checkpoint -
wrong_output 73 "nowhere/o.st: cannot create" -o nowhere/o.st
wrong_output 73 "folder: cannot create: Is a directory" -o folder
wrong_output 64 "log and --output are the same file" --log no.st
wrong_output 64 "log and --output are the same file" --log folder/../no.st
wrong_output 64 "log and --checkpoint are the same file" --log c --checkpoint c
wrong_output 64 "checkpoint and --output are" --checkpoint ./no.st
wrong_output 64 "log and --model are the same file" --log init.st
wrong_output 64 "the model goes to stdout" --log - -o -
status_is 74 "a log that cannot be written ends the training" \
    "${train[@]}" --log /dev/full -o no.st <in.st
is "$("${train[@]}" --log - -o log.st <in.st | cut -f 1-3)" \
    "$(cut -f 1-3 whole.tsv)" "--log - is stdout"
cp in.st state.st
status_is 65 "a file that is not a checkpoint is refused" \
    "${train[@]}" --checkpoint state.st -o no.st <in.st
cmp -s in.st state.st
ok $? "a file that is not a checkpoint is not overwritten"

# Two trainings do not share a checkpoint, nor a log.
rm -f state.st log.tsv
exec 9<>still
"${train[@]}" --checkpoint state.st --log log.tsv -o part.st <still &
pid=$!
for ((try = 0; try < 200; try++)); do
    [ -e state.st.lock ] && break
    sleep 0.05
done
status_is 73 "a checkpoint that is in use is refused" \
    "${train[@]}" --checkpoint ./state.st -o no.st <in.st
like "$(cat .err)" "state.st: another training" "a checkpoint in use: the message says so"
head -c $(($(stat -c %s in.st) * 55 / 100)) in.st >&9
for ((try = 0; try < 200; try++)); do
    [ -s log.tsv ] && break
    sleep 0.05
done
status_is 73 "a log that is in use is refused" "${train[@]}" --log log.tsv -o no.st <in.st
like "$(cat .err)" "log.tsv: another training writes this log" \
    "a log in use: the message says so"
kill -s KILL $pid
wait $pid 2>/dev/null
exec 9>&-
status_is 0 "a lock ends with its process" \
    "${train[@]}" --checkpoint state.st -o part.st <in.st
[ "$(echo state.st*)" = "state.st*" ]
ok $? "the next training removes the lock file"

# A network without batch normalization can diverge.
cat >plain.net <<'NET'
image       input  -      c=3
a           conv   image  c=8 k=3 bias=1 act=relu
classifier  conv   a      c=8 k=1 bias=1
NET
seg-init -q -s 1 plain.net >plain.st

status_is 65 "a loss that is not finite stops the run" \
    "${train[@]}" -m plain.st --lr 1e6 --clip 0 -o no.st <in.st
like "$(cat .err)" "step [0-9]+: .*finite.*--lr" "a loss that is not finite: the message names step and rate"
[ ! -e no.st ]
ok $? "a loss that is not finite: no model is written"
perl "$root/tests/record.pl" seg.mean=0,0,0 seg.std=1,1,1 \
    "seg.net=$(sed 's/$/\\n/' plain.net | tr -d '\n')" a.weight=F32:8,3,3,3:0.1 \
    a.bias=F32:8:nan classifier.weight=F32:8,8,1,1:1 classifier.bias=F32:8:0 >nan.st
status_is 65 "a model with numbers that are not finite is refused" \
    "${train[@]}" -m nan.st -o no.st <in.st
like "$(cat .err)" "^seg-finetune: nan.st: tensor a.bias has numbers .*not finite" \
    "a model with such numbers: the message names the tensor"

status_is 65 "an input that ends early" \
    "${train[@]}" --steps 13 -o no.st <in.st
like "$(cat .err)" "ends after step 12 of 13" "the message names the last step"
status_is 64 "the schedule must know the number of steps" \
    seg-finetune -q -m init.st < <(cat in.st)
"${train[@]}" --steps 12 -o a.st <in.st
seg-finetune -q -j 1 -m init.st --batch 4 --lr 0.05 -s 5 -o b.st in.st
seg-diff -q a.st b.st >/dev/null 2>&1
ok $? "the steps of a file are counted"

# Accumulated halves of a batch equal the batch, except for ignored pixels.
for b in "4 1" "2 2"; do
    set -- $b
    seg-finetune -q -j 1 -m plain.st --steps 12 --batch "$1" --accumulate "$2" \
        --log "$1.tsv" <in.st >/dev/null
done
paste <(table 4.tsv) <(table 2.tsv) | awk -F'\t' 'NR == 2 { first = $2 } NR > 1 {
    d = ($2 - $7) / $2; worst = d * d > worst ? d * d : worst }
    END { exit !(NR == 13 && first > 1.2 * $2 && worst < 1e-4) }'
ok $? "accumulated gradients equal those of the whole batch"
done_testing
