#!/usr/bin/env bash
# Each way in which a program reads a stream: empty input, cuts at all boundaries, a
# full device, a pipe that delivers single bytes.
. "$(dirname "$0")/lib.sh"

seg-synth -n 2 -s 1 --size 16x16 -o scenes.st
seg-augment --views 2 scenes.st -o views.st
seg-net unet --width 4 --depth 2 --classes 8 >net.txt
seg-init -q net.txt -s 1 -o model.st
seg-predict -q -m model.st --copy label scenes.st -o pred.st
seg-predict -q -m model.st --emit entropy,embedding scenes.st -o ranked.st
seg-predict -q -m model.st --copy image --emit labels,probs,embedding scenes.st \
    -o probs.st

# The input, and a command in which @ is the input.
ways='
scenes.st  seg-adapt -q -m model.st --steps 1 -b 2 @
model.st   seg-adapt -q -m @ --steps 1 -b 2 scenes.st
scenes.st  seg-augment --color 0.5 @
scenes.st  seg-cat @
scenes.st  seg-check --allow empty @
scenes.st  seg-diff scenes.st @
scenes.st  seg-export -q -d exported @
scenes.st  seg-finetune -q -m model.st --steps 1 -b 2 @
model.st   seg-finetune -q -m @ --steps 1 -b 2 scenes.st
scenes.st  seg-finetune -q -m model.st --steps 1 -b 2 --valid @ scenes.st
views.st   seg-finetune -q -m model.st --steps 1 -b 2 --unlabeled @ scenes.st
scenes.st  seg-finetune -q -m model.st --steps 1 -b 2 --target @ scenes.st
pred.st    seg-fuse -q --method majority @
scenes.st  seg-info @
model.st   seg-init -q -w @ net.txt
scenes.st  seg-pick @
scenes.st  seg-plan -q --step-seconds 1 --predict @ scenes.st
pred.st    seg-post -q --majority 1 @
scenes.st  seg-predict -q -m model.st @
model.st   seg-predict -q -m @ scenes.st
views.st   seg-pretrain -q -m model.st --steps 1 -b 2 --grid 4 @
model.st   seg-pretrain -q -m @ --steps 1 -b 2 --grid 4 views.st
probs.st   seg-pseudo -q --image-share 0.5 @
probs.st   seg-pseudo -q --share 0.5 --prototypes embedding @
probs.st   seg-pseudo -q --agree @ probs.st
ranked.st  seg-project -q --method pca @
ranked.st  seg-rank -q --order diversity @
ranked.st  seg-rank -q --labeled @ --order diversity ranked.st
pred.st    seg-report -q --predictions @
model.st   seg-report -q -m @
scenes.st  seg-sample -q --crop 16 -n 2 @
pred.st    seg-score -q @
scenes.st  seg-score -q --truth @ pred.st
scenes.st  seg-stat -q @
scenes.st  seg-subset -q -n 2 @
scenes.st  seg-view -q --mode sheet @
'
# Programs that read no stream.
others='seg-import seg-net seg-plot seg-synth seg-table'

is "$({ awk 'NF { print $2 }' <<<"$ways"; xargs -n 1 <<<"$others"; } | sort -u)" \
    "$(cd "$root" && ls cmd/seg-*.c | sed 's/.*\///; s/\.c$//' | sort)" \
    "all programs are tested"

# edges FILE: positions at which it is cut
edges()
{
    perl -0777 -ne 'my ($at, %cut) = (0);
        while ($at < length) {
            my $n = unpack "Q<", substr $_, $at, 8;
            my $end = 0;
            for (substr($_, $at + 8, $n) =~ /"data_offsets":\[\d+,(\d+)\]/g) {
                $end = $_ if $_ > $end;
            }
            my $next = $at + 8 + $n + $end;
            $cut{$_} = 1 for $at, $at + 1, $at + 8, $at + 8 + int $n / 2,
                $at + 8 + $n, $at + 9 + $n, $next - 1;
            $at = $next;
        }
        my $whole = length;
        print map "$_\n", grep $_ < $whole, sort { $a <=> $b } keys %cut' "$1"
}
drip='use IO::Handle; binmode STDIN; STDOUT->autoflush; local $/ = \1;
    print while <STDIN>'
for f in $(awk 'NF { print $1 }' <<<"$ways" | sort -u); do
    edges $f >"$f.edges"
done

while read -r file program args; do
    [ -n "$file" ] || continue
    if ! type "$program" >/dev/null 2>&1; then
        skip "$program" "not built"
        continue
    fi
    way="$program $args"
    command=($program ${args//@/in.st})
    piped=($program ${args//@/-})
    to=(-o part)
    [ "$program" = seg-export ] && to=()
    cp $file in.st
    "${command[@]}" >whole 2>.err
    status=$?
    is "$status" 0 "$way accepts a stream"
    [ "$status" = 0 ] || sed 's/^/#   /' .err
    perl -e "$drip" <$file | "${piped[@]}" 2>.err | cmp -s - <(
        "${piped[@]}" <$file)
    ok $? "$way reads a pipe that delivers single bytes"
    bad=
    while read -r at; do
        head -c "$at" $file >in.st
        "${command[@]}" "${to[@]}" >.out 2>.err
        [ $? = 65 ] && [ ! -e part ] && [ "$(wc -l <.err)" = 1 ] || bad+=" $at"
        if [ $((at % 2)) = 1 ]; then
            "${piped[@]}" "${to[@]}" < <(cat in.st) >.out 2>.err
            [ $? = 65 ] && [ ! -e part ] || bad+=" $at|"
        fi
        rm -f part
    done <$file.edges
    is "$bad" "" "$way refuses a stream cut at any edge"
    cp $file in.st
    "${piped[@]}" "${to[@]}" </dev/null >.out 2>.err
    is $? 65 "$way refuses empty input"
    like "$(cat .err)" "^$program: stdin: empty input" "$way names the empty input"
    [ -s whole ] || continue
    "${command[@]}" >/dev/full 2>.err
    is $? 74 "$way notices a full device"
    "${command[@]}" -o /dev/full 2>.err
    is $? 74 "$way notices a full device at -o"
done <<<"$ways"
done_testing
