#!/usr/bin/env bash
# An input that is cut by another program while it is read.
. "$(dirname "$0")/lib.sh"

# cut_while_read NAME COMMAND...: the input s.st is cut after the command has
# written its first byte and blocks on a full pipe
cut_while_read()
{
    local name=$1
    shift
    cp whole.st s.st
    { "$@" 2>.err; echo $? >.status; } | {
        head -c 1 >.first
        truncate -s 4096 s.st
        cat >.rest
    }
    is "$(cat .status)" 74 "$name ends with 74 if its input is cut while it reads"
    is "$(cat .err)" "$name: s.st: cannot read: the file was cut while it was read, or the disk failed" \
        "$name names the input that was cut"
    is "$(find . -name '.seg-*' | wc -l)" 0 "$name leaves no temporary file"
}

seg-synth -q -n 24 --size 96x96 -s 1 -o whole.st
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -o m.st
cut_while_read seg-cat seg-cat s.st
cut_while_read seg-pick seg-pick s.st
cut_while_read seg-augment seg-augment -q s.st
cut_while_read seg-sample seg-sample -q --crop 64 -n 200 s.st
cut_while_read seg-predict seg-predict -q -j 2 -m m.st --emit probs s.st
done_testing
