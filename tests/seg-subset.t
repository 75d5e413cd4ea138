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
ok $? "another seed takes others"
sort -c one
ok $? "items keep their order"
seg-subset -n 10 -s 1 --rest all.st | keys | sort - one | cmp -s - all.keys
ok $? "budget and rest are the whole"
seg-subset -n 10 -s 1 all.st | seg-diff -q - <(seg-pick --keys one all.st)
ok $? "records pass unchanged"

# Nothing depends on the order in which items come.
seg-cat <(seg-pick --from 21 all.st) <(seg-pick --to 20 all.st) >turned.st
seg-subset -n 10 -s 1 turned.st | keys | sort | cmp -s - one
ok $? "the order of the input has no say"

is "$(seg-subset --share 0.25 all.st | keys | wc -l)" 10 "a share"
is "$(seg-subset --share 0.001 all.st | keys | wc -l)" 1 "is at least one item"
is "$(seg-subset --share 0 all.st | keys | wc -l)" 0 "unless it is 0"
is "$(seg-subset -n 4 --even all.st | keys | xargs)" \
    "synth/00000 synth/00010 synth/00020 synth/00030" "evenly spaced"

printf 'synth/00031\nsynth/00004\n' >list
is "$(seg-subset --keys list all.st | keys | xargs)" "synth/00004 synth/00031" \
    "a list"
is "$(seg-subset --keys list --rest all.st | keys | wc -l)" 38 "and its rest"
echo synth/99999 >>list
status_is 65 "a key that is not there" seg-subset --keys list all.st
like "$(cat .err)" "list:3: synth/99999" "is named with file and line"

# Eight items suffice for eight classes, where chance takes more.
is "$(seg-subset -n 8 --stratify all.st | seg-stat |
    awk '$1 == "class" && $4 == 0')" "" "strata hold every class"

# Tiles, four of an image: those of the images taken are taken.
seg-sample --regular --crop 16 turned.st -o tiles.st
for how in "" --stratify; do
    seg-subset $how -n 10 -s 1 all.st | keys | sort >want
    seg-subset --whole $how -n 10 -s 1 tiles.st | keys | sort >now
    is "$(sed 's/@.*//' now | uniq -c)" "$(sed 's/^/      4 /' want)" \
        "--whole $how: all tiles of the same images"
done
is "$(seg-subset --whole --even -n 2 tiles.st | keys | xargs -n 4 | cut -d@ -f 1)" \
    "$(seg-subset --even -n 2 turned.st | keys)" "--whole --even"
head -n 2 list >two
is "$(seg-subset --whole --keys two --rest tiles.st | keys | wc -l)" 152 \
    "--whole --keys names images"
seg-cat <(seg-pick -k '*@0,*' tiles.st) <(seg-pick -k '*@16,*' tiles.st) >mixed.st
seg-subset --whole -n 10 -s 1 mixed.st | keys | sort | cmp -s - <(
    seg-subset --whole -n 10 -s 1 tiles.st | keys | sort)
ok $? "tiles need not follow each other"
status_is 65 "--whole: more than there are" seg-subset --whole -n 41 tiles.st

status_is 65 "more than there are" seg-subset -n 41 all.st
like "$(cat .err)" "all.st: 40 items, 41 wanted" "says how many there are"
for how in "" --even --stratify --whole; do
    seg-subset $how --at-most -n 41 all.st | keys >most
    same most all.keys "--at-most${how:+ with }$how: all of them"
done
seg-subset --at-most -n 7 all.st | keys >most
seg-subset -n 7 all.st | keys >seven
same most seven "where there are enough it changes nothing"
status_is 64 "no budget" seg-subset all.st
status_is 64 "two budgets" seg-subset -n 3 --share 0.5 all.st
status_is 64 "two orders" seg-subset -n 3 --even --stratify all.st
seg-pick --keep image all.st | seg-subset -n 2 --stratify >.out 2>.err
is $? 65 "strata need labels"
keeps_contract seg-subset all.st seg-subset -n 7 -s 1
keeps_contract "seg-subset --stratify" all.st seg-subset -n 7 -s 1 --stratify
done_testing
