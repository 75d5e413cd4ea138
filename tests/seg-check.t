#!/usr/bin/env bash
# seg-check: each kind of finding, with its position; sound data; complete input.
. "$(dirname "$0")/lib.sh"
tab=$'\t'

# put KEY ARGUMENT...: a stream of one record; see record.pl
put() { "$root/tests/record.pl" "seg.key=$1" "${@:2}" | seg-cat; }
# seen ARGUMENTS...: the findings, without title and last line
seen() { seg-check "$@" | sed '1d; $d'; }
row() { local IFS=$tab; printf '%s' "$*"; }

two='seg.classes=a\tb'
image=image=U8:2,3,1:1,2,3,4,5,6 label=label=U8:2,3:0,1,0,1,255,1
put good "$two" $image $label >good.st
status_is 0 "a sound record has no finding" seg-check good.st
is "$(cat .out)" "#${tab}file${tab}key${tab}x${tab}y${tab}value${tab}what
checked${tab}1${tab}0" "the table of a sound record is a title and a count"

# finds NAME ROW ARGUMENTS...: ends with 1 and this finding only
finds()
{
    local name=$1 want=$2
    shift 2
    status_is 1 "$name" seg-check "$@"
    is "$(sed '1d; $d' .out)" "$want" \
        "$name: the finding has file, key, pixel and value"
}
put k "$two" $image label=U8:3,2:0,1,0,1,0,1 >size.st
finds "a label image of another size is found" \
    "$(row size size.st k - - '[3,2] u8' 'its image is [2,3,1] u8')" size.st
put k "$two" $image label=U16:2,3:0,1,0,1,0,1 >wide.st
finds "a label image of 16 bits is found" \
    "$(row type wide.st k - - '[2,3] u16' 'a label is [H,W] u8')" \
    --allow empty wide.st
put k "$two" $image label=U8:2,3:0,1,0,1,204,2 >value.st
finds "a value that is no class is found" \
    "$(row value value.st k 1 1 204 'none of 2 classes; so are 2 pixels')" value.st
put k seg.ignore=254 "$two" $image label=U8:2,3:0,1,254,1,0,255 >ignore.st
finds "255 is found if 254 is the ignore value" \
    "$(row value ignore.st k 2 1 255 'none of 2 classes; so are 1 pixels')" ignore.st
put k "$two" $image label=U8:2,3:255 >ignored.st
finds "a label image without a counted pixel is found" \
    "$(row ignored ignored.st k 0 0 255 'no pixel counts')" \
    --allow empty ignored.st
put k "$two" $image label=U8:2,3:1 >empty.st
finds "a class that never occurs is found" \
    "$(row empty empty.st - - - 0 'class a occurs nowhere')" empty.st
put k "$two" image=F32:2,3,2:1,2,3,4,5,6,7,inf,9,nan,2,1 $label >nan.st
finds "nan and inf are found" \
    "$(row nan nan.st k 0 1 inf '2 of 12 numbers are not finite')" nan.st
put k 'seg.apart=distance=3.5 x=0 y=2' "$two" $image $label >apart.st
finds "a label image at another place is found" \
    "$(row place apart.st k 0 2 3.5 'pixels between the image and its label')" apart.st
put k seg.exif=orientation=6 "$two" $image $label >exif.st
finds "a rotated photograph is found" \
    "$(row exif exif.st k - - orientation=6 'the image is stored turned')" exif.st
put k $image $label >plain.st
finds "a label image without class names is found" \
    "$(row classes plain.st k - - - 'no seg.classes: the label went through no label map')" plain.st
status_is 0 "--classes allows a label image without class names" \
    seg-check --classes 2 plain.st
finds "--classes: a class that never occurs is found" \
    "$(row empty plain.st - - - 2 'class 2 occurs nowhere')" \
    --classes 3 plain.st
finds "--classes: a value above the number is found" \
    "$(row value plain.st k 1 0 1 'none of 1 classes; so are 3 pixels')" \
    --classes 1 plain.st

# compared with earlier records
put other "$two" image=U8:2,3,3:9,8,7,6,5,4,3,2,1,2,3,4,5,6,7,8,9,8 $label >rgb.st
finds "gray and color images in one dataset are found" \
    "$(row bands rgb.st other - - 3 'the first image has 1')" good.st rgb.st
put other "$two" image=U16:2,3,1:9,8,7,6,5,4 $label >deep.st
finds "images of 8 and 16 bits in one dataset are found" \
    "$(row type deep.st other - - U16 'the first image is U8')" good.st deep.st
put other 'seg.classes=b\ta' image=U8:2,3,1:9,8,7,6,5,4 $label >order.st
finds "records with other classes are found" \
    "$(row classes order.st other - - - 'class 0 is b, a in the first record: (b, a) against (a, b)')" \
    good.st order.st
put new "$two" image=U8:2,3,1:1,2,3,4,5,6 $label >copy.st
finds "an image in two splits is found" \
    "$(row twice copy.st new - - - 'the image of good in good.st, another split')" good.st copy.st
cat good.st copy.st >both.st
finds "an image twice in one split is found" \
    "$(row twice both.st new - - - 'the image of good in both.st')" both.st
put good "$two" image=U8:2,3,1:1,2,3,4,5,7 $label | cat good.st - >keys.st
finds "a key used twice is found" \
    "$(row key keys.st good - - - 'another record has this key')" keys.st
put b "$two" image=U8:2,3,1:7 $label >b.st
put c "$two" image=U8:2,3,1:7 $label >c.st
status_is 0 "equal images of one value are allowed" seg-check b.st c.st
put good "$two" image=U8:2,3,1:1,2,3,4,5,8 $label >second.st
status_is 0 "two splits may have keys in common" seg-check good.st second.st

# several findings, and --allow
cat value.st nan.st exif.st >many.st
is "$(seen many.st | cut -f1 | xargs)" "value key type bands nan exif twice" \
    "several findings are listed together"
is "$(seen --allow type,bands,twice,key many.st | cut -f1 | xargs)" "value nan exif" \
    "--allow leaves out the findings that it names"
all=size,type,bands,classes,value,ignored,empty,nan,place,exif,key,twice,records
status_is 0 "--allow of all kinds ends with 0" seg-check --allow $all many.st
is "$(seg-check --allow $all many.st | tail -n 1)" "checked${tab}3${tab}0" \
    "--allow of all kinds counts no finding"
status_is 64 "--allow of an unknown kind is refused" \
    seg-check --allow nan,nothing good.st
is "$(cat many.st | seg-check - | tail -n 1)" "checked${tab}3${tab}7" \
    "findings of a pipe are those of a file"
is "$(seg-cat good.st | seg-check - copy.st | sed '1d; $d' | cut -f7)" \
    "the image of good in stdin, another split" "a pipe and a file are two splits"
status_is 1 "-o: findings end with 1" seg-check -o table.tsv many.st
is "$(wc -l <table.tsv)" 9 "-o: the table is written although there are findings"
status_is 71 "--mem-limit is kept" seg-check --mem-limit 1K good.st
seg-synth -n 0 -o none.st
finds "a stream of 0 records is found" \
    "$(row records none.st - - - - 'no records in this split')" none.st
finds "a second split of 0 records is found" \
    "$(row records none.st - - - - 'no records in this split')" \
    good.st none.st
status_is 0 "--allow records accepts a stream of 0 records" \
    seg-check --allow records none.st
seg-pick --drop label good.st | seg-check >out
is "$?" 0 "images without labels are sound"
status_is 65 "metadata of a wrong form are refused" \
    seg-check <(put k seg.apart=far "$two" $image $label)

seg-synth -n 6 -s 1 -o synth.st
keeps_contract seg-check synth.st seg-check

if [ -n "$data" ]; then
    c=$data/camvid
    for s in val test; do
        head -n 20 "$c/splits/$s.txt" >$s.txt
        seg-import -M camvid --images "$c/images/$s" --labels "$c/labels/$s" \
            --keys $s.txt -o $s.st
    done
    status_is 0 "two splits of CamVid have no finding" \
        seg-check --allow empty val.st test.st
    cat test.st val.st >leak.st
    is "$(seen --allow empty,key val.st leak.st | cut -f1 | sort | uniq -c | xargs)" \
        "20 twice" "an image in both splits of CamVid is found"
else
    skip "two splits of CamVid have no finding" "no ../shared/data"
fi
done_testing
