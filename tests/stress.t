#!/usr/bin/env bash
# Programs under stress: signals, closed and full outputs, no memory, no threads.
. "$(dirname "$0")/lib.sh"
export OMP_WAIT_POLICY=passive
ulimit -c 0

seg-synth -q -n 8 --size 40x32 -s 3 >in.st
seg-sample -q --crop 32x24 -n 24 -s 1 in.st >patches.st
seg-augment -q --views 2 patches.st >views.st
seg-net unet --width 4 --depth 2 --classes 8 >net.txt
seg-init -q -s 1 net.txt >init.st
seg-predict -q -m init.st in.st >pred.st
seg-predict -q -m init.st --emit entropy,embedding in.st >ranked.st
seg-stat in.st >stat.tsv
printf 'budget\tmethod\tseed\tmetric\tvalue\n1\ta\t1\tmiou\t0.5\n' >results.tsv
mkdir images
seg-export -q -t image -d images in.st
for f in images/*/*.png; do printf '%s\t%s\n' "$(basename "$f" .png)" "$f"; done >list.tsv

# Each program with its options; the input comes from stdin.  A test below fails if a
# program is missing here.
commands()
{
    cat <<'LIST'
seg-adapt -m init.st --steps 1 -b 2: patches.st
seg-augment in.st
seg-cat in.st
seg-check in.st
seg-diff - pred.st: in.st
seg-export -d out: in.st
seg-finetune -m init.st --steps 1 -b 2: patches.st
seg-fuse --method majority: pred.st
seg-import list.tsv
seg-info in.st
seg-init net.txt
seg-net --check -: net.txt
seg-pick --to 2: in.st
seg-plan --step-seconds 1 --predict - in.st: in.st
seg-plot -x budget -y value --by method: results.tsv
seg-post --majority 1: pred.st
seg-predict -m init.st: in.st
seg-pretrain -m init.st --steps 1 -b 2: views.st
seg-project --method pca: ranked.st
seg-pseudo pred.st
seg-rank --order uncertainty: ranked.st
seg-report --predictions -: pred.st
seg-sample --crop 8 -n 4: in.st
seg-score pred.st
seg-stat in.st
seg-subset -n 2: in.st
seg-synth -n 2
seg-table results.tsv
seg-view --mode sheet: in.st
LIST
}

# with FUNCTION: for each program, sets $program, $options and $input ("" stands
# for no input) and calls FUNCTION.
with()
{
    local line
    while read -r line; do
        program=${line%% *} options='' input=${line##* }
        [[ $line = *:* ]] && options=${line#* } && options=${options%%: *}
        [ "$program" = seg-synth ] && options="-n 2" input=
        "$1"
    done < <(commands)
}
is "$(commands | sed 's/ .*//' | sort)" \
    "$(cd "$root/cmd" && ls seg-*.c | sed 's/\.c$//' | sort)" \
    "all programs are tested"

writes_file()
{
    "$program" --options | cut -f 2 | grep -qx output
}

# --- stdin closed, stdout closed, stderr closed

bad=
closed_stdin()
{
    [ "$input" ] || return
    rm -rf out && mkdir out
    # shellcheck disable=SC2086
    timeout 20 $program $options <&- >.out 2>.err
    case $? in 64 | 65 | 66 | 74) [ "$(wc -l <.err)" = 1 ] ;; *) false ;; esac ||
        bad+=" $program"
}
with closed_stdin
is "$bad" "" "a closed standard input is an error, in one line"

bad=
closed_stdout()
{
    [ "$program" = seg-export ] && return # writes files only
    # shellcheck disable=SC2086
    timeout 20 $program $options <"${input:-/dev/null}" 2>.err >&-
    [ $? = 74 ] && [ "$(wc -l <.err)" -ge 1 ] || bad+=" $program"
}
with closed_stdout
is "$bad" "" "a closed standard output is status 74"

bad=
full_stdout()
{
    [ "$program" = seg-export ] && return
    # shellcheck disable=SC2086
    timeout 20 $program $options <"${input:-/dev/null}" 2>.err >/dev/full
    [ $? = 74 ] || bad+=" $program"
}
with full_stdout
is "$bad" "" "a full standard output is status 74"

bad=
full_output()
{
    writes_file || return
    # shellcheck disable=SC2086
    timeout 20 $program $options -o /dev/full <"${input:-/dev/null}" 2>.err
    [ $? = 74 ] && [ "$(wc -l <.err)" -ge 1 ] || bad+=" $program"
}
with full_output
is "$bad" "" "a full device at -o is status 74"

bad=
closed_stderr()
{
    # shellcheck disable=SC2086
    timeout 20 $program $options <"${input:-/dev/null}" >.out 2>/dev/null
    local want=$?
    # shellcheck disable=SC2086
    timeout 20 $program $options <"${input:-/dev/null}" >.closed 2>&-
    [ $? = "$want" ] && cmp -s .out .closed || bad+=" $program"
}
rm -rf out && mkdir out
with closed_stderr
is "$bad" "" "a closed standard error changes nothing"

# --- signals while the program waits for input and has begun its output

mkfifo still
bad= left=
end_by_signal()
{
    local signal pid option status
    [ "$input" ] || return
    option=
    writes_file && option="-o made"
    for signal in TERM INT HUP; do
        rm -rf made out .seg-*
        mkdir out
        # background jobs of bash ignore SIGINT, and those of nohup SIGHUP: perl resets
        # both
        # shellcheck disable=SC2086
        perl -e '$SIG{$_} = "DEFAULT" for "INT", "HUP"; alarm 10; exec @ARGV' \
            $program $options $option \
            <still >.out 2>.err &
        pid=$!
        exec 9>still
        head -c $(($(stat -c %s "$input") / 2)) "$input" >&9
        sleep 0.1
        kill -s $signal $pid
        wait $pid 2>/dev/null
        status=$?
        case $status in 129 | 130 | 143) ;; *) bad+=" $program:$signal:$status" ;; esac
        exec 9>&-
        left+=$(find . -name '.seg-*' -o -name made)
    done
}
with end_by_signal
is "$bad" "" "a signal ends each program while it waits"
is "$left" "" "a signal leaves no temporary file"

# A broken pipe: no message and no temporary file.
bad=
broken_pipe()
{
    [ "$program" = seg-export ] && return
    # shellcheck disable=SC2086
    $program $options <"${input:-/dev/null}" 2>.err | true
    case $program:${PIPESTATUS[0]} in
    *:0 | *:141 | seg-diff:1) ;; # 1: they differ
    *) bad+=" $program" ;;
    esac
}
with broken_pipe
is "$bad" "" "a broken pipe ends with SIGPIPE"
is "$(find . -name '.seg-*')" "" "a broken pipe leaves no temporary file"

# --- threads that cannot be created

train=(seg-finetune -q -m init.st --steps 3 -b 4 patches.st)
"${train[@]}" -j 1 -o right.st
predict=(seg-predict -q -m init.st in.st)
case ${SEG_BUILD:-} in
*/san) skip "fewer threads" "sanitizers take all the address space" ;;
*)
    bad= warned=0
    for kilobytes in $(seq 16000 2000 60000); do
        rm -f made
        (ulimit -v "$kilobytes"; exec "${train[@]}" -j 16 -o made) >.out 2>.err
        case $? in
        0) cmp -s made right.st ;;
        71) [ ! -e made ] ;;
        127) grep -q 'shared' .err ;; # the loader has no room
        *) false ;;
        esac || bad+=" $kilobytes"
        grep -q 'of 16 threads can be started' .err && [ -e made ] && warned=1
    done
    is "$bad" "" "little address space: status 71, or fewer threads and the same bytes"
    is "$warned" 1 "little address space: fewer threads are reported"
    bad=
    for kilobytes in $(seq 16000 3000 60000); do
        rm -f made
        (ulimit -v "$kilobytes"; exec "${predict[@]}" -j 16 -o made) >.out 2>.err
        case $? in
        0) cmp -s made pred.st ;;
        71) [ ! -e made ] ;;
        127) grep -q 'shared' .err ;;
        *) false ;;
        esac || bad+=" $kilobytes"
    done
    is "$bad" "" "seg-predict in little address space: status 71 or the same bytes"
    ;;
esac
"${train[@]}" -j 3 -o made
same made right.st "seg-finetune: three threads give the bytes of one"

# Libraries that end the program without memory: status 71 and no output.
shim=$dir/.failmalloc.so
case ${SEG_BUILD:-} in
*/san) skip "libraries without memory" "the sanitizer has its own malloc" ;;
*)
    if ${CC:-cc} -O1 -fPIC -shared -o "$shim" "$root/tests/failmalloc.c" 2>.err; then
        seg-net vit-tiny --patch 8 --classes 8 --image 32x24 |
            seg-init -q >vit.st
        seen= bad=
        for ((n = 1; n < 9000; n += 43)); do
            rm -f .log made
            FAIL_AT=$n FAIL_LOG=.log LD_PRELOAD=$shim timeout 20 seg-finetune -q \
                -j $((1 + n % 2)) -m vit.st --steps 1 -b 2 -o made patches.st \
                >.out 2>.err
            status=$?
            library=$(grep -oE 'lib(blis|gomp)' .log 2>/dev/null | head -n 1)
            [ -e .log ] || break
            [ "$library" ] || continue
            seen+=" $library"
            [ $status = 71 ] && [ ! -e made ] || bad+=" $n:$library:$status"
        done
        is "$bad" "" "libraries without memory: status 71"
        [[ $seen = *blis*gomp* || $seen = *gomp*blis* ]]
        ok $? "libraries without memory: BLIS and libgomp were tested"
        is "$(find . -name '.seg-*')" "" "libraries without memory: no file is left"
    else
        skip "libraries without memory: status 71" "no compiler"
    fi
    ;;
esac

# --- large networks

printf 'image input - c=65536\nx conv image c=4096 k=1\n%s\n' \
    'classifier conv x c=2 k=1' >large.txt
case ${SEG_BUILD:-} in
*/san) skip "a check takes no memory" "sanitizers take all the address space" ;;
*)
    status_is 0 "seg-net --check needs no memory for the weights" \
        bash -c 'ulimit -v 200000; exec seg-net --check large.txt'
    is "$(cat .out)" "large.txt: 3 nodes, 268443648 weights, classifier of 2 channels" \
        "seg-net --check counts the weights"
    status_is 71 "seg-init without memory for the weights ends with 71" \
        bash -c 'ulimit -v 200000; exec seg-init -q -o made.st large.txt'
    ;;
esac
status_is 71 "seg-init keeps --mem-limit for the weights" \
    seg-init -q --mem-limit 1G -o made.st large.txt
like "$(cat .err)" "large.txt: the model takes [0-9]+ bytes, the limit is 1073741824" \
    "seg-init names the size of the weights and the limit"
[ ! -e made.st ]
ok $? "seg-init without memory leaves no model"
perl -e 'print "image input - c=3\n", map "n$_ conv image c=4 k=1\n", 1 .. 10000' >long.txt
status_is 65 "a network of 10,000 lines is refused" timeout 5 seg-net --check long.txt
like "$(cat .err)" "long.txt:4097: more than 4096 nodes" \
    "the first line too many is named"
perl -e 'print "image input - c=3\n"; my $from = "image";
    for (1 .. 4000) { print "n$_ conv $from c=4 k=1\n"; $from = "n$_" }
    print "classifier conv $from c=2 k=1\n"' >deep.txt
status_is 0 "a network of 4,000 lines is planned within ten seconds" \
    timeout 10 seg-info --size 64x64 <(seg-init -q deep.txt)

# --- the memory limit of a training

limit_of() # LIMIT COMMAND...: its status
{
    local limit=$1
    shift
    rm -f made
    "$@" --mem-limit "$limit" -o made 2>.err
}
limit_of 4G "${train[@]}"
is $? 0 "a training within its --mem-limit runs"
same made right.st "a training within its --mem-limit gives the same bytes"
limit_of 100K "${train[@]}"
is $? 71 "a training with one byte less of --mem-limit is refused"
[ ! -e made ] && [ "$(wc -l <.err)" = 1 ]
ok $? "a refused training has one message and no output"
# AdamW and validation need more memory, so the smallest limit grows
smallest()
{
    local low=1000 high=4000000000 middle
    while [ $((high - low)) -gt 1000 ]; do
        middle=$(((low + high) / 2))
        if limit_of $middle "$@"; then high=$middle; else low=$middle; fi
    done
    echo $high
}
seg-net unet --width 8 --depth 3 --classes 8 | seg-init -q >wide.st
plain=$(smallest seg-finetune -q -j 1 -m wide.st --steps 1 -b 1 patches.st)
adamw=$(smallest seg-finetune -q -j 1 -m wide.st --steps 1 -b 1 \
    --optimizer adamw patches.st)
weights=$((4 * $(seg-net unet --width 8 --depth 3 --classes 8 |
    seg-net --check /dev/stdin | sed 's/.* \([0-9]*\) weights.*/\1/')))
[ $((adamw - plain)) -ge "$weights" ]
ok $? "the second moment of AdamW counts ($plain, $adamw, weights $weights)"
semi=$(smallest seg-finetune -q -j 1 -m wide.st --steps 1 -b 1 --unlabeled views.st \
    patches.st)
[ $((semi - plain)) -ge $((2 * weights)) ]
ok $? "--unlabeled: the average and the teacher count ($plain, $semi, weights $weights)"

# --- a full disk keeps the previous checkpoint

if unshare -m true 2>/dev/null; then
    mkdir disk
    cat >full.sh <<'RUN'
mount -t tmpfs -o size=64k tmpfs disk || exit 99
train=(seg-finetune -q -j 1 -m init.st --steps 6 -b 4 --every 2
    --checkpoint disk/c.st -o none.st)
head -c $(($(stat -c %s patches.st) * 2 / 3)) patches.st | "${train[@]}" 2>.first
[ -s disk/c.st ] || exit 98
cp disk/c.st before.st
head -c 1000000 /dev/zero >disk/fill 2>/dev/null
"${train[@]}" <patches.st 2>.err
echo $? >status
cp disk/c.st after.st
ls -A disk >files
RUN
    unshare -m bash full.sh
    case $? in
    99) skip "a full disk" "no tmpfs can be mounted" ;;
    *)
        like "$(cat status)" "^7[34]$" "a full disk stops the training"
        same before.st after.st "a full disk keeps the previous checkpoint"
        is "$(cat files)" "c.st
fill" "and no other file"
        ;;
    esac
else
    skip "a full disk stops the training" "no tmpfs can be mounted"
fi
done_testing
