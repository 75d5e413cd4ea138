#!/usr/bin/env bash
# Files of other kinds are named as such; control characters are not written to
# terminals and tables; records without a key are named by their number; images
# without pixels cause no division by zero.
. "$(dirname "$0")/lib.sh"

# refused STATUS PATTERN NAME COMMAND...: ends with STATUS and one line that matches
refused()
{
    local status=$1 pattern=$2 name=$3
    shift 3
    status_is "$status" "$name" "$@"
    like "$(cat .err)" "$pattern" "$name: the message gives the reason"
    is "$(grep -c . .err)" 1 "$name: the message is one line"
}

# record WORD...: a record made by record.pl
record()
{
    perl "$root/tests/record.pl" "$@"
}

# clean NAME FILE...: has no control characters except tabs and line ends
clean()
{
    local name=$1
    shift
    is "$(cat "$@" | tr -d '\t\n\040-\176' | od -An -c)" "" "$name"
}

# ---- files of other kinds ----

seg-synth -q -n 1 --size 32x32 -s 1 -o some.st
printf 'PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\0\0archive/data.pkl' >model.pt
printf '\200\2\212\12l\374\234F\371 j\250P.' >old.pt
printf '\200\4\225\20\0\0\0\0\0\0\0}q\0.' >pickle.pkl
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >lfs.st
printf '<!DOCTYPE html>\n<html><body>Not found</body></html>\n' >page.st
printf '\211PNG\r\n\32\n\0\0\0\15IHDR' >a.png
printf '\377\330\377\340\0\20JFIF\0\1\1\0\0\1\0\1\0\0' >a.jpg
printf 'II*\0\10\0\0\0\0\0' >a.tif
perl -e 'print pack("L<", 348), "\0" x 340, "n+1\0", "\0" x 40' >a.nii
printf '\223NUMPY\1\0v\0{}' >a.npy
gzip -c some.st >some.st.gz
printf 'a\timage.png\tlabel.png\nb\timage.png\tlabel.png\n' >list.tsv
torch='save it with safetensors.torch.save_file$'
import='make a stream of it with seg-import$'
kinds="old.pt|a PyTorch file \(.pt or .pth\)|not through a pipe
pickle.pkl|a Python pickle|$torch
lfs.st|a Git LFS pointer|git lfs pull
page.st|an HTML page|the address
a.png|a PNG image|$import
a.jpg|a JPEG image|$import
a.tif|a TIFF image|$import
a.nii|a NIfTI volume|$import
a.npy|a NumPy array|$import
some.st.gz|a gzip file|unpack it
list.tsv|a text file|seg-import"
while IFS='|' read -r file kind remedy; do
    refused 65 "^seg-cat: $file: $kind.*, not a stream of records.*: .*$remedy" \
        "seg-cat refuses $file" seg-cat "$file"
    refused 65 "^seg-predict: $file: $kind" "seg-predict -m refuses $file" \
        seg-predict -m "$file" some.st
    refused 65 "^seg-info: stdin: $kind" "seg-info refuses $file from a pipe" \
        bash -c "cat $file | seg-info"
done <<<"$kinds"
for p in seg-adapt seg-finetune seg-pretrain; do
    refused 65 "$p: model.pt: zip archive: cut off" "$p -m refuses a cut PyTorch file" \
        $p -q -m model.pt --steps 1 some.st
done
refused 65 'seg-init: model.pt: zip archive: cut off' \
    "seg-init -w refuses a cut PyTorch file" \
    bash -c 'seg-net unet --width 4 --depth 1 | seg-init -w model.pt'
: >empty.st
refused 65 'empty.st: empty input' "seg-cat refuses an empty file" seg-cat empty.st
for command in 'seg-table some.st' 'seg-plot -x a -y b -o p.png some.st' \
    'seg-import some.st' 'seg-stat --merge some.st'; do
    refused 65 "some.st: a stream of records or a .safetensors file, not a text" \
        "$command: a stream is no table" $command
done
refused 65 'lfs.st: a Git LFS pointer' "seg-import refuses a Git LFS pointer" seg-import lfs.st
refused 65 'page.st: an HTML page' "seg-table refuses an HTML page" seg-table page.st
refused 65 'a.png: a PNG image' "seg-net --check refuses an image" seg-net --check a.png

# ---- control characters ----

escape='\u001b[2J'
for bad in "$escape" 'a\tb' 'a\nb' 'a\u007f' 'a\u009b1m'; do
    record seg.key="$bad" label=U8:2,2:0 >bad.st
    refused 65 "bad.st: record 1 .*: seg.key: byte [12] is a control character" \
        "seg-info refuses the key $bad" seg-info -l bad.st
    clean "key $bad: the message is clean" .err
done
for bad in "a\\t$escape" 'a\nb' 'a\rb'; do
    record seg.key=k seg.classes="$bad" label=U8:2,2:0 >bad.st
    refused 65 'bad.st: record 1 \(k\): seg.classes: byte [0-9] is a control' \
        "seg-score refuses the class names $bad" seg-score bad.st
done
record seg.key=k seg.classes='a\tb' "x$escape\\n1=U8:1:0" note="$escape\\nb" \
    "n$escape\\n=v" >odd.st
record seg.key=k "y$escape=U8:1:0" note=v >other.st
seg-info odd.st >one.txt && seg-info -l odd.st >two.txt &&
    seg-info --tensors odd.st >three.txt && seg-info --meta note odd.st >four.txt
ok $? "odd names and values are shown without control characters"
seg-diff odd.st other.st >five.txt
clean "odd names and values are written without control characters" ./*.txt
is "$(wc -l <two.txt)" 1 "an odd name does not add a line to seg-info -l"
is "$(wc -l <three.txt)" 1 "an odd name does not add a line to seg-info --tensors"
is "$(cat four.txt)" '?[2J
b' "seg-info --meta keeps the lines of a value"
odd=$'a\033[2J\nb.st'
cp some.st "$odd"
seg-check --allow empty "$odd" >check.txt 2>.err
clean "the table of seg-check has an odd name without control characters" check.txt
is "$(grep -c . check.txt)" 2 "an odd name does not add a row to seg-check"
refused 66 'cannot open' "seg-cat refuses a missing file with an odd name" seg-cat "no $odd"
clean "an odd name of a file is shown without control characters" .err
mkdir -p "5/a$(printf '\033')b/1"
printf 'metric\tvalue\nmi\033ou\t0.5\n' >"5/a$(printf '\033')b/1/score.tsv"
seg-table 5/a*/1/score.tsv >table.txt
ok $? "seg-table accepts an odd name"
clean "an odd name is shown by seg-table without control characters" table.txt
seg-pick --rename label=pred --drop image -o pred.st some.st
seg-score -q --truth some.st --matrix m.tsv pred.st >score.txt
status_is 0 "seg-score --merge accepts its own matrix" seg-score -q --merge m.tsv
seg-stat -q -o s.tsv some.st
status_is 0 "seg-stat --merge accepts its own table" seg-stat -q --merge s.tsv

# ---- records without a key ----

record image=U8:8,8,3:0 >nokey.st
refused 65 '^seg-score: nokey.st: record 1: no tensor' \
    "seg-score names the record without a key" seg-score nokey.st
refused 65 '^seg-view: nokey.st: record 1: no tensor' \
    "seg-view names the record without a key" \
    seg-view -t pred -o v.png nokey.st
record label=U8:8,8:0 >nokey.st
refused 65 '^seg-augment: nokey.st: record 1: no tensor image' \
    "seg-augment names the record without a key" \
    seg-augment nokey.st
refused 65 'nokey.st: record 1: no tensor image' \
    "seg-predict names the record without a key" \
    bash -c 'seg-net unet --width 4 --depth 1 | seg-init -q -o m.st &&
        seg-predict -m m.st nokey.st'

# ---- images without pixels ----

for shape in 3,0 0,3 0,0; do
    record seg.key=k seg.classes='a\tb' image=U8:$shape,3: label=U8:$shape: \
        pred=U8:$shape: probs=F32:$shape,2: >none.st
    status_is 1 "seg-check of the shape [$shape] ends with 1" \
        seg-check --allow ignored none.st
    is "$(grep -c "^empty.none.st.k.*\[$shape\(,3\)\?\] u8.no pixels" .out)" 2 \
        "seg-check finds the shape [$shape]"
    for command in seg-info 'seg-info --tensors' seg-cat seg-stat seg-score seg-augment \
        'seg-sample --crop 4 -n 1' 'seg-subset -n 1' 'seg-export -d d' \
        'seg-export -f tiff -t probs -d d' 'seg-export -t label -d d' \
        'seg-view -o v.png' 'seg-predict -m m.st' 'seg-fuse none.st' \
        'seg-finetune -q -m m.st --steps 1 -b 1' 'seg-adapt -q -m m.st --steps 1 -b 1'; do
        mkdir -p d
        $command none.st >.out 2>.err
        case $? in
        0 | 65) true ;;
        *) false ;;
        esac
        ok $? "$command accepts the shape [$shape]"
    done
done

# ---- seg.geo ----

perl -e 'my $m = "metadata " . "\\\\x41" x 150000;
    my $h = "{\"__metadata__\":{\"seg.key\":\"a\",\"seg.geo\":\"$m\"}," .
        "\"image\":{\"dtype\":\"U8\",\"shape\":[1,1,3],\"data_offsets\":[0,3]}}";
    $h .= " " x (-length($h) % 8); print pack("Q<", length $h), $h, "\0" x 3' >geo.st
( ulimit -t 2; seg-export -q -f tiff -t image -d d geo.st )
ok $? "a seg.geo of 750,000 characters is read in a second"
record seg.key=a seg.geo='scale 2,2,0\ntie 0,0,0,10,20,0' \
    image=U8:4,4,3:1 label=U8:4,4:1 probs=F32:4,4,2:0.5 >geo.st
for tensor in image label probs; do
    status_is 0 "seg-export accepts a seg.geo without a last newline: $tensor" \
        seg-export -q -f tiff -t $tensor -d d geo.st
done
done_testing
