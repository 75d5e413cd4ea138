#!/usr/bin/env bash
# seg-pick: records by key and number, tensors by name.
. "$(dirname "$0")/lib.sh"

seg-synth -n 12 -s 1 --size 16x24 -o all.st

# keys ARGS: the numbers of the selected records
keys()
{
    seg-pick "$@" all.st | seg-info --meta seg.key | sed 's/.*\/0*\(.\)/\1/' | xargs
}

is "$(keys)" "0 1 2 3 4 5 6 7 8 9 10 11" "without options all records are passed"
is "$(keys -k '*1')" "1 11" "-k selects keys by a pattern"
is "$(keys -k '*1' -k '*/00003')" "1 3 11" \
    "-k given twice selects the keys of either pattern"
is "$(keys -k '*[0-2]' --invert)" "3 4 5 6 7 8 9" "--invert selects the other records"
is "$(keys --from 11)" "10 11" "--from selects the last records"
is "$(keys --to 2)" "0 1" "--to selects the first records"
is "$(keys --from 3 --to 3)" "2" "--from and --to select one record"
is "$(keys --from 3 --to 10 --invert)" "0 1 10 11" \
    "--invert with a range selects the records outside"
is "$(keys --from 3 -k '*1')" "11" "all conditions must hold"
printf '%s\n' synth/00007 synth/00002 >list
is "$(keys --keys list)" "2 7" "--keys selects in the order of the stream"
is "$(keys --keys list -k '*2' -k '*7' --to 4)" "2" "--keys, -k and --to are combined"
is "$(printf 'synth/00004\r\n\n' | seg-pick --keys - all.st |
    seg-info --meta seg.key)" "synth/00004" "a list from stdin, with CR LF"

tensors()
{
    seg-pick --to 1 "$@" all.st | seg-info -l | cut -f3
}
is "$(tensors --keep label)" "label [24,16] u8" "--keep keeps one tensor"
is "$(tensors --drop 'im*')" "label [24,16] u8" "--drop drops a tensor by a pattern"
is "$(tensors --keep '*' --drop label)" "image [24,16,3] u8" "--drop drops a tensor that --keep keeps"
is "$(tensors --drop '*')" "" "--drop '*' keeps metadata only"
is "$(tensors --rename label=pred --keep label)" "pred [24,16] u8" \
    "--rename renames a tensor"
is "$(tensors --rename label=x --rename image=label --rename x=image)" \
    "image [24,16] u8, label [24,16,3] u8" "--rename exchanges two names"
seg-pick --rename label=pred all.st | seg-pick --rename pred=label |
    seg-diff all.st -
ok $? "--rename there and back gives the same stream"
is "$(seg-pick --to 1 --drop image all.st | seg-info --meta seg.classes)" \
    "$(seg-info --meta seg.classes all.st | head -n 1)" "--drop keeps the metadata"

status_is 65 "-k: a pattern without a match is refused" seg-pick -k 'b/*' all.st
like "$(cat .err)" "key b/\*: there is none" "-k: the pattern without a match is named"
printf '%s\n' synth/00007 synth/77777 >list
status_is 65 "--keys: a missing key is refused" seg-pick --keys list all.st
like "$(cat .err)" "synth/77777" "--keys: the missing key is named"
status_is 65 "--keep: a missing tensor is refused" seg-pick --keep labl all.st
status_is 65 "--drop: a missing tensor is refused" seg-pick --drop labl all.st
status_is 65 "--rename: a missing tensor is refused" seg-pick --rename labl=x all.st
status_is 65 "--rename to an existing name is refused" \
    seg-pick --rename label=image all.st -o x.st
[ ! -e x.st ]
ok $? "--rename to an existing name leaves no file"
status_is 65 "--from beyond the end is refused" seg-pick --from 13 all.st
for bad in x =x x= =; do
    status_is 64 "--rename $bad is refused" seg-pick --rename "$bad" all.st
done
status_is 64 "--from 0 is refused" seg-pick --from 0 all.st
status_is 66 "--keys: a missing list is refused" seg-pick --keys nobody all.st

keeps_contract "seg-pick" all.st seg-pick -k '*1' --drop image
done_testing
