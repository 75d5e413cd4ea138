#!/usr/bin/env bash
# seg-pick: records by key and number, tensors by name.
. "$(dirname "$0")/lib.sh"

seg-synth -n 12 -s 1 --size 16x24 -o all.st

# keys ARGS: the numbers of the items picked
keys()
{
    seg-pick "$@" all.st | seg-info --meta seg.key | sed 's/.*\/0*\(.\)/\1/' | xargs
}

is "$(keys)" "0 1 2 3 4 5 6 7 8 9 10 11" "all"
is "$(keys -k '*1')" "1 11" "a pattern"
is "$(keys -k '*1' -k '*/00003')" "1 3 11" "any of two"
is "$(keys -k '*[0-2]' --invert)" "3 4 5 6 7 8 9" "the others"
is "$(keys --from 11)" "10 11" "from"
is "$(keys --to 2)" "0 1" "to"
is "$(keys --from 3 --to 3)" "2" "one"
is "$(keys --from 3 --to 10 --invert)" "0 1 10 11" "outside"
is "$(keys --from 3 -k '*1')" "11" "all conditions hold"
printf '%s\n' synth/00007 synth/00002 >list
is "$(keys --keys list)" "2 7" "a list, in the order of the stream"
is "$(keys --keys list -k '*2' -k '*7' --to 4)" "2" "a list, patterns, a range"
is "$(printf 'synth/00004\r\n\n' | seg-pick --keys - all.st |
    seg-info --meta seg.key)" "synth/00004" "a list from stdin, with CR LF"

tensors()
{
    seg-pick --to 1 "$@" all.st | seg-info -l | cut -f3
}
is "$(tensors --keep label)" "label [24,16] u8" "one tensor"
is "$(tensors --drop 'im*')" "label [24,16] u8" "without one"
is "$(tensors --keep '*' --drop label)" "image [24,16,3] u8" "dropped though wanted"
is "$(tensors --drop '*')" "" "metadata alone"
is "$(tensors --rename label=pred --keep label)" "pred [24,16] u8" "renamed"
is "$(tensors --rename label=x --rename image=label --rename x=image)" \
    "image [24,16] u8, label [24,16,3] u8" "two change names"
seg-pick --rename label=pred all.st | seg-pick --rename pred=label |
    seg-diff all.st -
ok $? "there and back"
is "$(seg-pick --to 1 --drop image all.st | seg-info --meta seg.classes)" \
    "$(seg-info --meta seg.classes all.st | head -n 1)" "metadata stay"

status_is 65 "a pattern no key matches" seg-pick -k 'b/*' all.st
like "$(cat .err)" "key b/\*: there is none" "is named"
printf '%s\n' synth/00007 synth/77777 >list
status_is 65 "a key of the list that is not there" seg-pick --keys list all.st
like "$(cat .err)" "synth/77777" "is named"
status_is 65 "a tensor that is not there" seg-pick --keep labl all.st
status_is 65 "one to drop" seg-pick --drop labl all.st
status_is 65 "one to rename" seg-pick --rename labl=x all.st
status_is 65 "a new name that is taken" \
    seg-pick --rename label=image all.st -o x.st
[ ! -e x.st ]
ok $? "and no file"
status_is 65 "from beyond the end" seg-pick --from 13 all.st
for bad in x =x x= =; do
    status_is 64 "--rename $bad" seg-pick --rename "$bad" all.st
done
status_is 64 "from 0" seg-pick --from 0 all.st
status_is 66 "no list" seg-pick --keys nobody all.st

keeps_contract "seg-pick" all.st seg-pick -k '*1' --drop image
done_testing
