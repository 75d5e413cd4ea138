#!/usr/bin/env bash
# The command line that all programs share: options, exit statuses, output files
# that are complete or absent.
. "$(dirname "$0")/lib.sh"

programs=$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//')

for p in $programs; do
    status_is 0 "$p --help" "$p" --help
    [ ! -s .err ] && grep -q "^usage: $p" .out
    ok $? "$p --help is written to standard output"
    is "$("$p" -h)" "$(cat .out)" "$p -h is equal to --help"
    # the text of each option begins in one column, beside the option or below it
    is "$(sed '1,/^  .* --/{/^  .* --/!d}; /^$/,$d' .out |
        grep -vE '^  (-.,|   ) --[^ ]+( [^ ]+)?$|^.{26} [^ ]')" "" \
        "$p --help is aligned"
    status_is 0 "$p --version ends with 0" "$p" --version
    is "$(cat .out)" "$p (segpipe) $(sed -n 's/^VERSION *= *//p' "$root/Makefile")" \
        "$p --version prints program and version"
    is "$("$p" --options | awk -F'\t' 'NF != 6')" "" "$p --options has six columns"
    is "$("$p" --options | cut -f1 | grep -v '^-$' | sort | uniq -d)" "" \
        "$p uses no letter twice"
    is "$("$p" --options | cut -f2 | sort | uniq -d)" "" "$p uses no name twice"
    status_is 64 "$p refuses an unknown option" "$p" --no-such-option
    is "$(wc -l <.err)" 1 "$p: the message about an unknown option is one line"
    like "$(cat .err)" "^$p: .*--no-such-option" "$p: the unknown option is named"
    for what in --help --version --options; do
        "$p" $what >/dev/full 2>.err
        is $? 74 "$p $what into a full device ends with 74"
    done
done

# ---- parsing: seg-synth and seg-pick have all kinds of values ----

seg-synth -n 3 -s 1 -o three.st
status_is 0 "the beginning of an option's name is accepted if it is unique" \
    seg-synth --cou 1
status_is 0 "a value after = is accepted" seg-synth --count=1
status_is 0 "a value directly after its letter is accepted" seg-synth -n1
status_is 64 "an option without its value is refused" seg-synth -n
status_is 64 "a flag with a value is refused" seg-synth --quiet=1
for bad in '' ' 1' '1 ' 1x 0x10 1e2 -1 1.5 99999999999999999999 --; do
    status_is 64 "the count '$bad' is refused" seg-synth "--count=$bad"
done
like "$(seg-synth --count=-1 2>&1)" "--count: -1 is not" \
    "the option of a bad count is named"
for bad in '' x -1 ' 1' 18446744073709551616 1.0; do
    status_is 64 "the seed '$bad' is refused" seg-synth -n 1 "--seed=$bad"
done
status_is 0 "the largest seed is accepted" seg-synth -n 1 -s 18446744073709551615
for bad in x nan inf -1 '' 1x; do
    status_is 64 "the number '$bad' is refused" \
        seg-diff "--tolerance=$bad" three.st three.st
done
status_is 0 "a number with an exponent is accepted" seg-diff --tolerance 1e-3 three.st three.st
for bad in 0 0x0 10x 10x20x30 x10 -5x5 10X20 99999999999x1; do
    status_is 64 "the size '$bad' is refused" seg-synth -n 1 --size "$bad"
done
seg-synth -n 1 --size 50x40 | seg-info -l >out
like "$(cat out)" '\[40,50,3\]' "a size is width, then height"
for bad in 1Q 1KB K -1 1.5G 99999999999999999999 99999999999G; do
    status_is 64 "the bytes '$bad' are refused" seg-cat "--mem-limit=$bad" three.st
done
status_is 71 "a small --mem-limit is kept" seg-cat --mem-limit 1K three.st
like "$(cat .err)" "limit is 1024" "a small --mem-limit is named in bytes"
status_is 0 "a large --mem-limit is accepted" seg-cat --mem-limit 1M three.st
status_is 64 "a value that is not one of the choices is refused" seg-synth --domain c
like "$(cat .err)" "not one of a, b" "the choices are named"
status_is 64 "one operand too few is refused" seg-diff three.st
status_is 64 "one operand too many is refused" seg-diff three.st three.st three.st
status_is 64 "an operand of a program without operands is refused" seg-synth three.st
cp three.st ./-n
status_is 0 "a file called -n is accepted after --" seg-info -- -n
status_is 66 "a missing file is refused" seg-info nobody.st
like "$(cat .err)" "^seg-info: nobody.st: " "the missing file is named"
status_is 66 "a directory as input is refused" seg-info .

# ---- misspelled options ----

# meant SUGGESTION COMMAND...: the command ends with 64, one line with the
# suggestion and no output
meant()
{
    local want=$1
    shift
    rm -f ut
    status_is 64 "$* is refused" "$@"
    like "$(cat .err)" "^seg-[a-z]*: .*did you mean $want\?" \
        "$*: the message suggests $want"
    is "$(wc -l <.err) $(cat .out)" "1 " \
        "$*: the message is one line and there is no output"
}
meant --lr seg-finetune -lr 0.1
meant --lr seg-finetune -m m.st -lr=0.1
meant --lr seg-finetune --lr0.1
meant --lr seg-finetune --learning-rate 0.1
meant --lr seg-finetune --Learning_Rate=0.1
meant --steps seg-finetune -steps 3
meant --steps seg-finetune -stps 3
meant --steps seg-finetune --setps 3
meant --batch seg-pretrain --batchsize 4
meant --output seg-synth -n 1 -output x
meant --output seg-synth -n 1 -out x
meant --quiet seg-synth -quiet
meant --seed seg-synth --sede 1
meant --count seg-synth -count 3
meant --map seg-import -map m
meant cross seg-pretrain -m m.st --loss cros
meant markdown seg-table -f makdown
[ ! -e ut ]
ok $? "-out does not write a file called ut"
for line in 'seg-synth -n 1 -x:unknown option -x' \
    'seg-synth --zzz:unknown option --zzz' \
    'seg-synth --s 1:--s is ambiguous: --size, --seed' \
    'seg-synth -n1x:--count: 1x is not a whole number'; do
    status_is 64 "${line%%:*} is refused" ${line%%:*}
    is "$(sed 's/^seg-synth: //; s/ (.*//' .err)" "${line#*:}" \
        "${line%%:*}: no option is suggested"
done
status_is 0 "-o directly before the name of a file is accepted" seg-synth -n1 -ofile.st
[ -s file.st ]
ok $? "-o directly before the name of a file writes that file"

# ---- history ----

seg-synth -n 3 -s 1 | seg-cat -q | seg-pick --from 1 -k 'synth/*' \
    -o "$dir/picked.st" "$dir/three.st"
is "$(seg-info picked.st | sed -n 's/^history *//p')" \
    "seg-synth 0.1.0 -n 3 -s 1
seg-pick 0.1.0 --from 1 -k 'synth/*' three.st" \
    "the history has all that changes the result, without directories"

# ---- outputs ----

status_is 74 "a full standard output ends with 74" bash -c 'seg-cat three.st >/dev/full'
status_is 74 "a full device at -o ends with 74" seg-cat three.st -o /dev/full
status_is 74 "a closed standard output ends with 74" bash -c 'seg-cat three.st >&-'
bash -c 'seg-cat -o closed.st three.st >&- 2>&- <&-'
is $? 0 "closed descriptors that are not needed do no harm"
same closed.st <(seg-cat three.st -o - ) \
    "with closed descriptors the output file has only the output"
status_is 73 "-o in a missing directory ends with 73" seg-cat three.st -o no/where.st
mkdir closed && chmod 555 closed
if [ "$(id -u)" = 0 ]; then
    skip "-o in a directory without write permission ends with 73" "root may"
else
    status_is 73 "-o in a directory without write permission ends with 73" \
        seg-cat three.st -o closed/x.st
fi
cp three.st old.st
head -c 30000 three.st >cut.st
status_is 65 "-o of an existing file: a failure ends with 65" seg-cat cut.st -o old.st
same old.st three.st "-o of an existing file: a failure leaves it unchanged"
status_is 65 "-o of a new file: a failure ends with 65" seg-cat cut.st -o new.st
[ ! -e new.st ]
ok $? "-o of a new file: a failure leaves no file"
ln -s old.st link.st
status_is 0 "-o through a symbolic link is accepted" seg-cat picked.st -o link.st
[ -L link.st ] && [ ! -L old.st ]
ok $? "-o through a symbolic link keeps the link"
is "$(seg-info -l old.st | wc -l)" 3 "-o through a symbolic link replaces its target"
mkfifo pipe
seg-info -l pipe >piped &
seg-cat three.st -o pipe
wait $!
is "$(wc -l <piped)" 3 "-o to a named pipe writes into the pipe"
long=$(printf 'x%.0s' {1..255})
status_is 0 "-o accepts a name of 255 letters" seg-cat three.st -o "$long"
(umask 027; seg-cat three.st -o masked.st)
is "$(stat -c %a masked.st)" 640 "-o respects the umask"

ln -s far/away.st dangling.st
status_is 73 "-o through a link into a missing directory ends with 73" \
    seg-cat three.st -o dangling.st
mkdir far
status_is 0 "-o through a link to a missing file is accepted" \
    seg-cat three.st -o dangling.st
[ -L dangling.st ] && cmp -s far/away.st closed.st
ok $? "-o through a link to a missing file makes that file"
ln -s round.st round.st
status_is 73 "-o through a link to itself ends with 73" seg-cat three.st -o round.st
cp three.st private.st
chmod 600 private.st
status_is 0 "-o of a file of mode 600 is accepted" seg-cat picked.st -o private.st
is "$(stat -c %a private.st)" 600 "-o of a file of mode 600 keeps the mode"
(echo before; seg-cat picked.st -o /dev/stdout; echo after) >mixed
(echo before; seg-cat picked.st; echo after) >want
same mixed want "-o /dev/stdout continues the file of standard output"
status_is 0 "-o /dev/null is accepted" seg-cat three.st -o /dev/null
[ -c /dev/null ]
ok $? "-o /dev/null leaves the device"
seg-cat three.st -o >(cat >through.st)
wait $!
same through.st closed.st "-o accepts a process substitution"

# Two outputs may not be one file, nor an output an input that would be lost.
seg-net unet --width 4 --depth 1 --classes 8 >net 2>/dev/null ||
    seg-net unet --width 4 --classes 8 >net
seg-init net -o m.st
ln three.st hard.st
ln -s three.st soft.st
: >there.tsv
for pair in 'log output' 'log checkpoint' 'checkpoint output'; do
    set -- $pair
    for file in new.tsv there.tsv; do
        status_is 64 "--$1 and --$2 both $file are refused" \
            seg-finetune -m m.st --steps 1 -b 1 \
            --$1 $file --$2 ./$file three.st
        like "$(cat .err)" "--(log|checkpoint|output) and --$2 are the same file" \
            "--$1 and --$2 both $file: both options are named"
    done
done
for pair in 'per-image matrix' 'matrix output' 'surface calibration'; do
    set -- $pair
    status_is 64 "--$1 and --$2 of one file are refused" \
        seg-score --$1 new.tsv --$2 new.tsv three.st
done
[ ! -e new.tsv ] && [ ! -s there.tsv ]
ok $? "options with the same file write nothing"
cp three.st kept.st
for line in 'seg-stat -o three.st three.st' 'seg-info -o hard.st three.st' \
    'seg-check -o soft.st three.st' 'seg-view -o three.st three.st' \
    'seg-score --per-image three.st three.st' 'seg-score --truth three.st --matrix hard.st m.st' \
    'seg-finetune -m m.st --steps 1 --log three.st three.st' \
    'seg-finetune -m m.st --steps 1 --checkpoint three.st three.st' \
    'seg-finetune -m m.st --steps 1 --valid three.st --log three.st m.st' \
    'seg-finetune -m m.st --steps 1 -o three.st three.st' \
    'seg-predict -m three.st -o three.st m.st' 'seg-net --check net -o net' \
    'seg-import -M net -o net'; do
    status_is 64 "$line is refused" $line
    like "$(cat .err)" 'are the same file, ' "$line: both files are named"
done
same three.st kept.st "a refused output leaves the input unchanged"
status_is 0 "seg-subset: the output may replace the input" \
    seg-subset -n 2 -o kept.st kept.st
is "$(seg-info -l kept.st | wc -l)" 2 \
    "seg-subset: the output that replaces the input is complete"
status_is 0 "seg-finetune: the output may replace the model" \
    seg-finetune -q -m m.st -o m.st -b 1 --steps 1 three.st
status_is 0 "seg-finetune: two outputs may be /dev/null" \
    seg-finetune -q -m m.st --log /dev/null \
    -o /dev/null -b 1 --steps 1 three.st

# Bad outputs are refused before the work: the input never ends.
for option in -o --log --checkpoint; do
    for file in no/where . "$(printf 'x%.0s' {1..300})"; do
        timeout 5 seg-finetune -m m.st --steps 9 $option "$file" <(sleep 9) 2>.err
        is $? 73 "$option ${file:0:9} is refused before the first step"
    done
done
timeout 5 seg-score --matrix no/where <(sleep 9) 2>.err
is $? 73 "--matrix in a missing directory is refused before the input is read"

# A directory whose fsync fails: the new file may be lost at a power cut.
cat >shim.c <<'END'
#include <errno.h>
#include <sys/stat.h>
int fsync(int fd)
{
    struct stat st;
    errno = EIO;
    return fstat(fd, &st) || S_ISDIR(st.st_mode) ? -1 : 0;
}
END
if cc -shared -fPIC -o shim.so shim.c 2>/dev/null; then
    status_is 74 "a failing fsync of the directory ends with 74" \
        env LD_PRELOAD="$dir/shim.so" seg-cat three.st -o synced.st
    like "$(cat .err)" "seg-cat: synced.st: cannot write: Input/output error" \
        "a failing fsync of the directory is reported"
else
    skip "a failing fsync of the directory ends with 74" "no compiler"
fi

# Temporary files left by kill -9 do not disturb later programs.
mkdir crowd
(
    cd crowd && for ((i = 0; i < 1000; i++)); do : >.seg-$BASHPID-$i.tmp; done
    exec seg-cat -o x.st ../three.st
)
is $? 0 "1,000 old temporary files of this process number are no obstacle"
same crowd/x.st closed.st "with 1,000 old temporary files the output is complete"

# A program is killed while it waits for input and has begun its output.
for signal in TERM INT HUP; do
    mkdir "at-$signal"
    mkfifo "at-$signal/in"
    rm -f pid
    # perl resets signals that a background job of bash ignores, INT for example
    (env --default-signal seg-cat -o "at-$signal/out.st" "at-$signal/in" &
        echo $! >pid; wait $!; echo $? >status) 2>/dev/null &
    exec 9>"at-$signal/in"
    cat three.st >&9
    for _ in {1..200}; do
        [ -s pid ] && readlink "/proc/$(cat pid)/fd/"* 2>/dev/null |
            grep -q "/at-$signal/[.#]" && break
        sleep 0.01
    done
    kill -$signal "$(cat pid)"
    wait $!
    exec 9>&-
    is "$(cat status)" $((128 + $(kill -l $signal))) \
        "SIG$signal ends the program with that signal"
    is "$(ls -A "at-$signal")" in "SIG$signal leaves no temporary file"
done

# The reader of the output ends first: no message, and no success.
seg-synth -n 2000 2>.err | head -c 1 >/dev/null
is "${PIPESTATUS[0]} $(wc -c <.err)" "141 0" \
    "a closed pipe at standard output ends with SIGPIPE, without a message"

# Terminals, if script(1) is installed.
if type script >/dev/null 2>&1; then
    script -qec "seg-cat three.st" /dev/null >tty 2>&1 </dev/null
    is $? 64 "a stream is not written to a terminal"
    like "$(cat tty)" "terminal" "the message names the terminal"
    script -qec "seg-cat >out.st" /dev/null >tty 2>&1 </dev/null
    is $? 64 "a stream is not read from a terminal"
    script -qec "seg-info three.st" /dev/null >tty 2>&1 </dev/null
    is $? 0 "text is written to a terminal"

    # Progress: only the last program of a pipe shows it.  The input comes slowly.
    "$root/tests/record.pl" seg.key=k 'seg.classes=a\tb' pred=U8:2,2:0,1,0,1 \
        label=U8:2,2:0,1,0,1 | seg-cat -o one.st
    cat one.st{,,,} >four.st
    size=$(stat -c %s one.st)
    cat >slowly <<END
for i in 0 1 2 3; do tail -c +\$((i * $size + 1)) four.st | head -c $size; sleep 0.25; done
END
    # shown COMMAND: its output on a terminal
    shown()
    {
        TERM=xterm timeout 20 script -qec "$1" /dev/null </dev/null 2>&1
    }
    clear=$'\r\033[K'
    seen=$(shown 'bash slowly | seg-cat >out.st')
    like "$seen" $'\rseg-cat: records [23],.*\rseg-cat: records [34],' \
        "progress is shown"
    is "${seen: -4}" "$clear" "progress is cleared at the end"
    is "$(shown 'bash slowly | seg-cat | cat >out.st')" "" \
        "progress of a program in a pipe is not shown"
    like "$(shown 'bash slowly | seg-cat -o out.st | cat')" "records [34]," \
        "progress of a program in a pipe that writes a file is shown"
    seen=$(shown 'bash slowly | seg-cat | seg-score')
    like "$seen" $'\rseg-score: images [34],' \
        "progress of the last of two programs is shown"
    [[ $seen != *seg-cat* ]]
    ok $? "progress of the first of two programs is not shown"
    seen=$(shown '(bash slowly; echo) | seg-cat >out.st')
    [[ $seen == *"records "[34],*"${clear}seg-cat: stdin"* ]]
    ok $? "a message clears the line of progress"
    seen=$(shown '(bash slowly; echo) | seg-cat | seg-score')
    [[ $seen == *"${clear}seg-cat: stdin"* ]]
    ok $? "a message clears the line of progress of the next program"
    (bash slowly; echo) | seg-cat >out.st 2>err
    like "$(cat err)" "^seg-cat: stdin" "a message in a file has no control characters"
else
    skip "progress is shown" "no script(1)"
fi
is "$(compgen -G '.seg-*')" "" "all tests together leave no temporary file"
done_testing
