#!/usr/bin/env bash
# The command line that all programs share: options, statuses, outputs that are
# whole or absent.
. "$(dirname "$0")/lib.sh"

programs=$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//')

for p in $programs; do
    status_is 0 "$p --help" "$p" --help
    [ ! -s .err ] && grep -q "^usage: $p" .out
    ok $? "$p --help goes to stdout"
    is "$("$p" -h)" "$(cat .out)" "$p -h is the same"
    # the text of every option begins in one column, beside it or below it
    is "$(sed '1,/^  .* --/{/^  .* --/!d}; /^$/,$d' .out |
        grep -vE '^  (-.,|   ) --[^ ]+( [^ ]+)?$|^.{26} [^ ]')" "" \
        "$p --help is aligned"
    status_is 0 "$p --version" "$p" --version
    is "$(cat .out)" "$p (segpipe) $(sed -n 's/^VERSION *= *//p' "$root/Makefile")" \
        "$p tells its version"
    is "$("$p" --options | awk -F'\t' 'NF != 6')" "" "$p --options has six columns"
    is "$("$p" --options | cut -f1 | grep -v '^-$' | sort | uniq -d)" "" \
        "$p uses no letter twice"
    is "$("$p" --options | cut -f2 | sort | uniq -d)" "" "$p uses no name twice"
    status_is 64 "$p refuses an unknown option" "$p" --no-such-option
    is "$(wc -l <.err)" 1 "$p says so in one line"
    like "$(cat .err)" "^$p: .*--no-such-option" "$p names it"
    for what in --help --version --options; do
        "$p" $what >/dev/full 2>.err
        is $? 74 "$p $what into a full device"
    done
done

# ---- parsing; seg-synth and seg-pick have every kind of value ----

seg-synth -n 3 -s 1 -o three.st
status_is 0 "a part of a name that is one option's" seg-synth --cou 1
status_is 0 "a value behind =" seg-synth --count=1
status_is 0 "a value with its letter" seg-synth -n1
status_is 64 "no value" seg-synth -n
status_is 64 "a flag with a value" seg-synth --quiet=1
for bad in '' ' 1' '1 ' 1x 0x10 1e2 -1 1.5 99999999999999999999 --; do
    status_is 64 "count '$bad'" seg-synth "--count=$bad"
done
like "$(seg-synth --count=-1 2>&1)" "--count: -1 is not" "the message says which"
for bad in '' x -1 ' 1' 18446744073709551616 1.0; do
    status_is 64 "seed '$bad'" seg-synth -n 1 "--seed=$bad"
done
status_is 0 "the largest seed" seg-synth -n 1 -s 18446744073709551615
for bad in x nan inf -1 '' 1x; do
    status_is 64 "number '$bad'" seg-diff "--tolerance=$bad" three.st three.st
done
status_is 0 "a number with an exponent" seg-diff --tolerance 1e-3 three.st three.st
for bad in 0 0x0 10x 10x20x30 x10 -5x5 10X20 99999999999x1; do
    status_is 64 "size '$bad'" seg-synth -n 1 --size "$bad"
done
seg-synth -n 1 --size 50x40 | seg-info -l >out
like "$(cat out)" '\[40,50,3\]' "width comes first in a size"
for bad in 1Q 1KB K -1 1.5G 99999999999999999999 99999999999G; do
    status_is 64 "bytes '$bad'" seg-cat "--mem-limit=$bad" three.st
done
status_is 71 "a small --mem-limit is kept" seg-cat --mem-limit 1K three.st
like "$(cat .err)" "limit is 1024" "with its number"
status_is 0 "a large one too" seg-cat --mem-limit 1M three.st
status_is 64 "not one of the choices" seg-synth --domain c
like "$(cat .err)" "not one of a, b" "which are told"
status_is 64 "one operand too few" seg-diff three.st
status_is 64 "one too many" seg-diff three.st three.st three.st
status_is 64 "an operand where there is none" seg-synth three.st
cp three.st ./-n
status_is 0 "a file called -n, behind --" seg-info -- -n
status_is 66 "no such file" seg-info nobody.st
like "$(cat .err)" "^seg-info: nobody.st: " "is named"
status_is 66 "a directory" seg-info .

# ---- names that are nearly right ----

# meant SUGGESTION COMMAND...: 64, one line, no output, the suggestion
meant()
{
    local want=$1
    shift
    rm -f ut
    status_is 64 "$*" "$@"
    like "$(cat .err)" "^seg-[a-z]*: .*did you mean $want\?" "means $want"
    is "$(wc -l <.err) $(cat .out)" "1 " "and does nothing else"
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
ok $? "-out writes no file called ut"
for line in 'seg-synth -n 1 -x:unknown option -x' \
    'seg-synth --zzz:unknown option --zzz' \
    'seg-synth --s 1:--s is ambiguous: --size, --seed' \
    'seg-synth -n1x:--count: 1x is not a whole number'; do
    status_is 64 "${line%%:*}" ${line%%:*}
    is "$(sed 's/^seg-synth: //; s/ (.*//' .err)" "${line#*:}" "has no likely meaning"
done
status_is 0 "a file's name right after its letter" seg-synth -n1 -ofile.st
[ -s file.st ]
ok $? "is the name"

# ---- history ----

seg-synth -n 3 -s 1 | seg-cat -q | seg-pick --from 1 -k 'synth/*' \
    -o "$dir/picked.st" "$dir/three.st"
is "$(seg-info picked.st | sed -n 's/^history *//p')" \
    "seg-synth 0.1.0 -n 3 -s 1
seg-pick 0.1.0 --from 1 -k 'synth/*' three.st" \
    "history: what has a part in the result, without outer paths"

# ---- outputs ----

status_is 74 "stdout is full" bash -c 'seg-cat three.st >/dev/full'
status_is 74 "-o is full" seg-cat three.st -o /dev/full
status_is 74 "stdout is closed" bash -c 'seg-cat three.st >&-'
bash -c 'seg-cat -o closed.st three.st >&- 2>&- <&-'
is $? 0 "closed descriptors do not matter where they are not needed"
same closed.st <(seg-cat three.st -o - ) "and nothing else is written in the file"
status_is 73 "no such directory" seg-cat three.st -o no/where.st
mkdir closed && chmod 555 closed
if [ "$(id -u)" = 0 ]; then
    skip "a directory that must not be written" "root may"
else
    status_is 73 "a directory that must not be written" \
        seg-cat three.st -o closed/x.st
fi
cp three.st old.st
head -c 30000 three.st >cut.st
status_is 65 "failing with -o" seg-cat cut.st -o old.st
same old.st three.st "leaves the old file as it was"
status_is 65 "failing with -o" seg-cat cut.st -o new.st
[ ! -e new.st ]
ok $? "leaves no new file"
ln -s old.st link.st
status_is 0 "writing through a link" seg-cat picked.st -o link.st
[ -L link.st ] && [ ! -L old.st ]
ok $? "the link stays"
is "$(seg-info -l old.st | wc -l)" 3 "and what it points to is new"
mkfifo pipe
seg-info -l pipe >piped &
seg-cat three.st -o pipe
wait $!
is "$(wc -l <piped)" 3 "-o to a pipe with a name"
long=$(printf 'x%.0s' {1..255})
status_is 0 "a name of 255 letters" seg-cat three.st -o "$long"
(umask 027; seg-cat three.st -o masked.st)
is "$(stat -c %a masked.st)" 640 "the umask is kept"

ln -s far/away.st dangling.st
status_is 73 "a link to a file in no directory" seg-cat three.st -o dangling.st
mkdir far
status_is 0 "a link to no file" seg-cat three.st -o dangling.st
[ -L dangling.st ] && cmp -s far/away.st closed.st
ok $? "makes the file it leads to"
ln -s round.st round.st
status_is 73 "a link to itself" seg-cat three.st -o round.st
cp three.st private.st
chmod 600 private.st
status_is 0 "over a file of mode 600" seg-cat picked.st -o private.st
is "$(stat -c %a private.st)" 600 "which it keeps"
(echo before; seg-cat picked.st -o /dev/stdout; echo after) >mixed
(echo before; seg-cat picked.st; echo after) >want
same mixed want "/dev/stdout goes on in the file that it is"
status_is 0 "/dev/null" seg-cat three.st -o /dev/null
[ -c /dev/null ]
ok $? "stays a device"
seg-cat three.st -o >(cat >through.st)
wait $!
same through.st closed.st "a process substitution"

# One file is one output, and no input that would be lost.
seg-net unet --width 4 --depth 1 --classes 8 >net 2>/dev/null ||
    seg-net unet --width 4 --classes 8 >net
seg-init net -o m.st
ln three.st hard.st
ln -s three.st soft.st
: >there.tsv
for pair in 'log output' 'log checkpoint' 'checkpoint output'; do
    set -- $pair
    for file in new.tsv there.tsv; do
        status_is 64 "--$1 and --$2 are $file" seg-finetune -m m.st --steps 1 -b 1 \
            --$1 $file --$2 ./$file three.st
        like "$(cat .err)" "--(log|checkpoint|output) and --$2 are the same file" "said so"
    done
done
for pair in 'per-image matrix' 'matrix output' 'surface calibration'; do
    set -- $pair
    status_is 64 "--$1 and --$2 are one file" seg-score --$1 new.tsv --$2 new.tsv three.st
done
[ ! -e new.tsv ] && [ ! -s there.tsv ]
ok $? "nothing was written"
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
    status_is 64 "$line" $line
    like "$(cat .err)" 'are the same file, ' "$line: says so"
done
same three.st kept.st "no input was lost"
status_is 0 "a stream may take the place of its input" seg-subset -n 2 -o kept.st kept.st
is "$(seg-info -l kept.st | wc -l)" 2 "as sort -o does"
status_is 0 "a model may be trained on" \
    seg-finetune -q -m m.st -o m.st -b 1 --steps 1 three.st
status_is 0 "two outputs to /dev/null" seg-finetune -q -m m.st --log /dev/null \
    -o /dev/null -b 1 --steps 1 three.st

# Before the work, not after it: the input never ends.
for option in -o --log --checkpoint; do
    for file in no/where . "$(printf 'x%.0s' {1..300})"; do
        timeout 5 seg-finetune -m m.st --steps 9 $option "$file" <(sleep 9) 2>.err
        is $? 73 "$option ${file:0:9}: at once"
    done
done
timeout 5 seg-score --matrix no/where <(sleep 9) 2>.err
is $? 73 "--matrix in no directory: at once"

# A directory whose new entry may not last.
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
    status_is 74 "fsync of the directory fails" \
        env LD_PRELOAD="$dir/shim.so" seg-cat three.st -o synced.st
    like "$(cat .err)" "seg-cat: synced.st: cannot write: Input/output error" "said so"
else
    skip "fsync of the directory fails" "no compiler"
fi

# What kill -9 leaves does not matter to those that come after it.
mkdir crowd
(
    cd crowd && for ((i = 0; i < 1000; i++)); do : >.seg-$BASHPID-$i.tmp; done
    exec seg-cat -o x.st ../three.st
)
is $? 0 "a directory with 1,000 dead files of this process number"
same crowd/x.st closed.st "takes another"

# Killed while it waits for its input, with the output begun.
for signal in TERM INT HUP; do
    mkdir "at-$signal"
    mkfifo "at-$signal/in"
    rm -f pid
    # a job in the background would ignore INT, and all of it what the tests ignore
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
    is "$(cat status)" $((128 + $(kill -l $signal))) "killed by $signal"
    is "$(ls -A "at-$signal")" in "and nothing is left"
done

# A reader that goes: quiet, and not a success.
seg-synth -n 2000 2>.err | head -c 1 >/dev/null
is "${PIPESTATUS[0]} $(wc -c <.err)" "141 0" "a reader that goes away"

# Terminals, where script(1) gives one.
if type script >/dev/null 2>&1; then
    script -qec "seg-cat three.st" /dev/null >tty 2>&1 </dev/null
    is $? 64 "bytes are not written to a terminal"
    like "$(cat tty)" "terminal" "which is said"
    script -qec "seg-cat >out.st" /dev/null >tty 2>&1 </dev/null
    is $? 64 "nor read from one"
    script -qec "seg-info three.st" /dev/null >tty 2>&1 </dev/null
    is $? 0 "text is"

    # Bars: one for a pipe, of its last program.  The input comes slowly.
    "$root/tests/record.pl" seg.key=k 'seg.classes=a\tb' pred=U8:2,2:0,1,0,1 \
        label=U8:2,2:0,1,0,1 | seg-cat -o one.st
    cat one.st{,,,} >four.st
    size=$(stat -c %s one.st)
    cat >slowly <<END
for i in 0 1 2 3; do tail -c +\$((i * $size + 1)) four.st | head -c $size; sleep 0.25; done
END
    # shown COMMAND: what it shows on a terminal
    shown()
    {
        TERM=xterm timeout 20 script -qec "$1" /dev/null </dev/null 2>&1
    }
    clear=$'\r\033[K'
    seen=$(shown 'bash slowly | seg-cat >out.st')
    like "$seen" $'\rseg-cat: records [23],.*\rseg-cat: records [34],' "a bar"
    is "${seen: -4}" "$clear" "that is cleared at its end"
    is "$(shown 'bash slowly | seg-cat | cat >out.st')" "" "no bar of a program that feeds another"
    like "$(shown 'bash slowly | seg-cat -o out.st | cat')" "records [34]," \
        "but one of a program that writes a file"
    seen=$(shown 'bash slowly | seg-cat | seg-score')
    like "$seen" $'\rseg-score: images [34],' "the last of two programs shows a bar"
    [[ $seen != *seg-cat* ]]
    ok $? "and the first does not"
    seen=$(shown '(bash slowly; echo) | seg-cat >out.st')
    [[ $seen == *"records "[34],*"${clear}seg-cat: stdin"* ]]
    ok $? "a message clears the bar"
    seen=$(shown '(bash slowly; echo) | seg-cat | seg-score')
    [[ $seen == *"${clear}seg-cat: stdin"* ]]
    ok $? "and that of the program after it"
    (bash slowly; echo) | seg-cat >out.st 2>err
    like "$(cat err)" "^seg-cat: stdin" "in a file there is nothing to clear"
else
    skip "terminals" "no script(1)"
fi
is "$(compgen -G '.seg-*')" "" "no temporary file is left"
done_testing
