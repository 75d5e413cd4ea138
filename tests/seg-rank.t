#!/usr/bin/env bash
# seg-rank: the order of images by uncertainty and by distance.
. "$(dirname "$0")/lib.sh"

seg-synth -n 10 -s 1 --size 32 -o scenes.st
seg-net unet --width 8 --depth 2 --classes 8 | seg-init -q -s 1 -o model.st
seg-predict -q -m model.st --emit labels,entropy,margin,confidence,embedding \
    scenes.st -o pred.st
seg-pick --to 2 pred.st -o labeled.st
seg-pick --from 3 pred.st -o others.st

# column TABLE N: without the title
column()
{
    tail -n +2 "$1" | cut -f "$2"
}

for measure in entropy margin confidence; do
    seg-rank --order uncertainty --measure $measure others.st >table
    is "$(column table 1 | wc -l)" 8 "$measure: all images are ranked"
    column table 2 | sort -c -g -r
    ok $? "$measure: the most uncertain image is first"
done
is "$(seg-rank --order uncertainty others.st | head -n 1)" $'key\tuncertainty' \
    "--order uncertainty has no column of distances"
seg-pick --drop embedding others.st | seg-rank --order uncertainty >without
seg-rank --order uncertainty others.st | cmp -s - without
ok $? "--order uncertainty needs no embedding"

# An image is at distance 0 from itself, thus chosen last.
seg-pick --from 3 --to 4 pred.st -o two.st
seg-rank --order diversity --labeled two.st others.st >table
is "$(column table 1 | tail -n 2 | sort | xargs)" "synth/00002 synth/00003" \
    "--order diversity: images that are labeled already come last"
is "$(column table 2 | tail -n 2 | xargs)" "0 0" "--order diversity: their distance is 0"
column table 2 | sort -c -g -r
ok $? "--order diversity: distances decrease"
seg-rank --order diversity others.st >table
is "$(column table 1 | sort -u | wc -l)" 8 "--order diversity ranks each image once"
seg-cat others.st | seg-rank -n 3 --order diversity >three
head -n 4 table | cmp -s - three
ok $? "--count takes the first images of the whole order"

seg-rank -n 2 --candidates 2 others.st >both
uncertain=$(seg-rank -n 4 --order uncertainty --only-keys others.st)
outside=$(column both 1 | grep -vxF "$uncertain")
is "$outside" "" "--order both chooses among the most uncertain images"
is "$(head -n 1 both)" $'key\tuncertainty\tdistance' "--order both prints both numbers"
seg-rank -n 8 --candidates 1 others.st | tail -n +2 | cut -f 1,3 >all
column table 1 | cmp -s - <(cut -f 1 all)
ok $? "--order both with all images as candidates is --order diversity"

seg-rank -n 3 --labeled labeled.st --only-keys others.st -o next.txt
seg-pick --keys next.txt others.st | seg-cat --expect 3 >/dev/null
ok $? "--only-keys can be read by seg-pick"

status_is 64 "--order both without --count is refused" seg-rank others.st
status_is 65 "more images than there are" seg-rank -n 9 others.st
like "$(cat .err)" "count 9: there are 8 records" "both numbers are printed"
seg-pick --drop entropy others.st >no.st
status_is 65 "a missing measure is refused" seg-rank -n 2 no.st
like "$(cat .err)" "synth/00002: no tensor entropy" "the tensor is named"
seg-pick --drop embedding others.st >no.st
status_is 65 "a missing embedding is refused" seg-rank -n 2 no.st
like "$(cat .err)" "no tensor embedding" "the embedding is named"
seg-pick --drop entropy --rename label=entropy others.st >no.st
status_is 65 "a tensor of another type is refused" seg-rank -n 2 no.st
like "$(cat .err)" "entropy is \[32,32\] u8, not \[H,W\] f32" "both types are printed"
seg-net unet --width 4 --depth 2 --classes 8 | seg-init -q -o other.st
seg-pick --to 2 scenes.st | seg-predict -q -m other.st --emit embedding -o far.st
status_is 65 "embeddings of another network are refused" \
    seg-rank -n 2 --labeled far.st others.st
seg-subset -n 0 others.st >empty.st
status_is 65 "no records are refused" seg-rank --order diversity empty.st

keeps_contract "seg-rank" others.st seg-rank -n 3 --labeled labeled.st
done_testing
