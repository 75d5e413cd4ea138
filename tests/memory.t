#!/usr/bin/env bash
# Failing allocations and memory limits: status 71, one line, no output.
. "$(dirname "$0")/lib.sh"

# blob: a record with the header on stdin; its tensors have no bytes
blob()
{
    perl -0777 -e 'my $h = <STDIN>; $h .= " " x (-length($h) % 8);
        print pack("Q<", length $h), $h'
}

# keys N and tensors N: headers with N keys or tensors
keys()
{
    perl -e 'print "{\"__metadata__\":{", join(",",
        map { "\"key$_\":\"value\"" } 1 .. shift), "}}"' "$1" | blob
}
tensors()
{
    perl -e 'print "{", join(",", map { "\"tensor$_\":{\"dtype\":\"U8\"," .
        "\"shape\":[0],\"data_offsets\":[0,0]}" } 1 .. shift), "}"' "$1" | blob
}

# ---- each allocation fails once ----

seg-synth -q -n 3 --size 32x24 -s 1 -o some.st
seg-pick --rename label=pred --drop image -o pred.st some.st
keys 40 >keys.st
tensors 40 >tensors.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -o model.st
seg-predict -q -m model.st --copy image,label --emit labels,probs,entropy,embedding \
    -o rich.st some.st
mkdir -p 5/a/1 i
seg-export -q -t image -d i some.st
printf 'metric\tvalue\nmiou\t0.5\n' >5/a/1/score.tsv
for command in 'seg-cat -o out some.st some.st' 'seg-cat --plain -o out keys.st' \
    'seg-info --all -o out tensors.st' 'seg-pick --drop image -o out some.st' \
    'seg-check --allow empty -o out some.st' 'seg-stat -o out some.st' \
    'seg-subset -n 2 -o out some.st' 'seg-sample --crop 8 -n 2 -o out some.st' \
    'seg-sample --crop 8 -n 2 --rotate --angle -9,9 --elastic 1,3 -o out some.st' \
    'seg-augment --gamma 0.5,2 --classmix 1 -o out some.st' \
    'seg-subset --simulate scribbles -o out some.st' \
    'seg-score -q --truth some.st -o out pred.st' 'seg-table -o out 5/a/1/score.tsv' \
    'seg-net unet --width 4 --depth 2 -o out' 'seg-rank -n 2 -o out rich.st' \
    'seg-pseudo -q -j 1 --share 0.5 --prototypes embedding --agree rich.st -o out rich.st' \
    'seg-project -q --iterations 250 -j 1 --per-class 4 -o out rich.st' \
    'seg-report --predictions rich.st -m model.st -o out' \
    'seg-import -q -j 1 --images i/**.png --factor 0.5 -o out' \
    'seg-export --onnx out model.st' 'seg-info --format json -o out keys.st' \
    'seg-score -q --format json -o out rich.st'; do
    failing_allocations "$command" out $command
done

# ---- many keys, many tensors ----

# quick NAME COMMAND...: needs less than two seconds of processor time
quick()
{
    ( ulimit -t 2; shift; "$@" >/dev/null 2>.err )
    ok $? "$1"
}

keys 80000 >keys.st
tensors 16000 >tensors.st
quick "80,000 keys: seg-info" seg-info keys.st
quick "16,000 tensors: seg-info" seg-info tensors.st
quick "16,000 tensors: seg-diff" seg-diff tensors.st tensors.st
quick "16,000 tensors: seg-cat" seg-cat --plain -o out tensors.st
quick "16,000 tensors: seg-pick" seg-pick --drop 'tensor*5' -o out tensors.st
quick "16,000 tensors: seg-check" seg-check tensors.st

# ---- limits ----

tensors 100000 >tensors.st
for p in seg-cat seg-info seg-check seg-pick seg-stat seg-view seg-subset \
    seg-augment seg-export; do
    case $p in
    seg-subset) args='-n 1' ;;
    seg-export) args='-d .' ;;
    *) args= ;;
    esac
    status_is 71 "$p keeps --mem-limit for a header" $p --mem-limit 2M $args tensors.st
    like "$(cat .err)" '^'$p': tensors.st: record 1: out of memory: .* the limit is 2097152 bytes$' \
        "$p names the limit for a header"
done
status_is 71 "seg-cat keeps --mem-limit for a header from a pipe" \
    bash -c 'cat tensors.st | seg-cat --mem-limit 2M'
seg-synth -n 1 --size 200x200 -o big.st
status_is 71 "seg-cat keeps --mem-limit for a record" seg-cat --mem-limit 64K big.st
yes 'some words in a line of text' | head -n 40000 >long.txt
for command in 'seg-pick --keys long.txt some.st' 'seg-table long.txt' \
    'seg-subset --keys long.txt some.st' 'seg-import long.txt' \
    'seg-stat --merge long.txt' 'seg-score --merge long.txt' \
    'seg-plot -x a -y b -o p.png long.txt' 'seg-net --check long.txt' \
    'seg-init long.txt'; do
    status_is 71 "$command keeps --mem-limit for a text" \
        ${command%% *} --mem-limit 256K ${command#* }
done
perl -e 'print "P5 3000 3000 255\n", "\0" x 9000000' >a.pgm
printf 'a\ta.pgm\n' >list.tsv
status_is 71 "seg-import keeps --mem-limit for an image" \
    seg-import --mem-limit 1M list.tsv
done_testing
