#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

seg-synth -n 40 --size 32 -s 3 -o all.st
keys()
{
    seg-info -l "$@" | cut -f 2
}
keys all.st >all.keys

for how in "" --stratify; do
    for seed in 1 2 3; do
        bad= before=
        for n in 0 1 5 10 20 39 40; do
            seg-subset $how -n $n -s $seed all.st | keys >now
            [ "$(wc -l <now)" = $n ] || bad+=" $n"
            [ -z "$before" ] || [ -z "$(comm -23 before now)" ] || bad+=" $n<"
            cp now before
            before=1
        done
        is "$bad" "" "budgets ${how:-at random} with seed $seed are nested"
    done
done
seg-subset -n 10 -s 1 all.st | keys >one
seg-subset -n 10 -s 2 all.st | keys >two
! cmp -s one two
ok $? "another seed selects other records"
sort -c one
ok $? "the records keep their order"
seg-subset -n 10 -s 1 --rest all.st | keys | sort - one | cmp -s - all.keys
ok $? "a subset and its --rest are the whole"
seg-subset -n 10 -s 1 all.st | seg-diff -q - <(seg-pick --keys one all.st)
ok $? "records are unchanged"

# The selection does not depend on the order of the records.
seg-cat <(seg-pick --from 21 all.st) <(seg-pick --to 20 all.st) >turned.st
seg-subset -n 10 -s 1 turned.st | keys | sort | cmp -s - one
ok $? "the order of the input changes nothing"

is "$(seg-subset --share 0.25 all.st | keys | wc -l)" 10 "--share selects a share"
is "$(seg-subset --share 0.001 all.st | keys | wc -l)" 1 \
    "--share selects at least one record"
is "$(seg-subset --share 0 all.st | keys | wc -l)" 0 "--share 0 selects none"
is "$(seg-subset -n 4 --even all.st | keys | xargs)" \
    "synth/00000 synth/00010 synth/00020 synth/00030" \
        "--even selects evenly spaced records"

printf 'synth/00031\nsynth/00004\n' >list
is "$(seg-subset --keys list all.st | keys | xargs)" "synth/00004 synth/00031" \
    "--keys selects the keys of a list"
is "$(seg-subset --keys list --rest all.st | keys | wc -l)" 38 \
    "--keys --rest selects the other keys"
echo synth/99999 >>list
status_is 65 "--keys: a missing key is refused" seg-subset --keys list all.st
like "$(cat .err)" "list:3: synth/99999" "--keys: file, line and key are named"

# Eight records have eight classes; by chance more would be needed.
is "$(seg-subset -n 8 --stratify all.st | seg-stat |
    awk '$1 == "class" && $4 == 0')" "" "strata hold every class"

# Patches, four of each image: all patches of a selected image are selected.
seg-sample --regular --crop 16 turned.st -o tiles.st
for how in "" --stratify; do
    seg-subset $how -n 10 -s 1 all.st | keys | sort >want
    seg-subset --whole $how -n 10 -s 1 tiles.st | keys | sort >now
    is "$(sed 's/@.*//' now | uniq -c)" "$(sed 's/^/      4 /' want)" \
        "--whole $how: all patches of the same images are selected"
done
is "$(seg-subset --whole --even -n 2 tiles.st | keys | xargs -n 4 | cut -d@ -f 1)" \
    "$(seg-subset --even -n 2 turned.st | keys)" \
        "--whole --even selects evenly spaced images"
head -n 2 list >two
is "$(seg-subset --whole --keys two --rest tiles.st | keys | wc -l)" 152 \
    "--whole --keys selects by image"
seg-cat <(seg-pick -k '*@0,*' tiles.st) <(seg-pick -k '*@16,*' tiles.st) >mixed.st
seg-subset --whole -n 10 -s 1 mixed.st | keys | sort | cmp -s - <(
    seg-subset --whole -n 10 -s 1 tiles.st | keys | sort)
ok $? "--whole: patches of an image may be apart"
status_is 65 "--whole: more images than there are are refused" \
    seg-subset --whole -n 41 tiles.st

status_is 65 "-n above the number of records is refused" seg-subset -n 41 all.st
like "$(cat .err)" "all.st: 40 items, 41 wanted" "-n: both numbers are in the message"
for how in "" --even --stratify --whole; do
    seg-subset $how --at-most -n 41 all.st | keys >most
    same most all.keys "--at-most selects all of too few records${how:+ with }$how"
done
seg-subset --at-most -n 7 all.st | keys >most
seg-subset -n 7 all.st | keys >seven
same most seven "--at-most selects -n of enough records"
status_is 64 "no budget is refused" seg-subset all.st
status_is 64 "-n with --share is refused" seg-subset -n 3 --share 0.5 all.st
status_is 64 "--even with --stratify is refused" \
    seg-subset -n 3 --even --stratify all.st
seg-pick --keep image all.st | seg-subset -n 2 --stratify >.out 2>.err
is $? 65 "--stratify without labels is refused"
keeps_contract seg-subset all.st seg-subset -n 7 -s 1
keeps_contract "seg-subset --stratify" all.st seg-subset -n 7 -s 1 --stratify
done_testing
