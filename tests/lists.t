#!/usr/bin/env bash
# Lists, label maps and tables as other tools write them: byte order marks, line
# ends, blanks and commas for tabs, titles, empty files.
. "$(dirname "$0")/lib.sh"

tab=$'\t' mark=$'\xef\xbb\xbf'
printf 'P5\n2 1\n255\n\0\1' >a.pgm
cp a.pgm b.pgm
mkdir i
cp a.pgm b.pgm i

# keys ARGUMENTS...: keys of the records that seg-import makes of stdin
# shellcheck disable=SC2120 # options are optional
keys()
{
    seg-import "$@" | seg-info -l | cut -f2 | xargs
}

# refused PATTERN NAME COMMAND...: the command ends with 65 and one line
refused()
{
    local pattern=$1 name=$2
    shift 2
    status_is 65 "$name is refused" "$@"
    like "$(cat .err)" "$pattern" "$name: the message is right"
    is "$(wc -l <.err)" 1 "$name: the message is one line"
}

# ---- byte order marks and line ends ----

printf "a\ta.pgm\nb\tb.pgm\n" >plain
printf "key\timage\tlabel\na\ta.pgm\ta.pgm\nb\tb.pgm\tb.pgm\n" >titled
printf '0\t0\tground\n1\t1\tthing\n' >map
seg-synth -n 4 -s 1 -o s.st
seg-info -l s.st | cut -f2 | head -n 2 >keys
seg-stat s.st >stat
seg-net unet --width 8 --depth 1 --classes 2 >net 2>/dev/null ||
    seg-net unet --width 8 --classes 2 >net
printf 'budget\tmethod\tseed\tmetric\tvalue\n1\tce\t1\tmiou\t0.5\n' >table
printf 'a\nb\n' >names
record()
{
    "$root/tests/record.pl" seg.key=k 'seg.classes=a\tb' "$1"=U8:2,2:0,1,0,1 |
        seg-cat
}
record label >l.st
record pred >p.st
seg-score --truth l.st --matrix matrix p.st >/dev/null

# reads TEXT: the output of all programs that read this kind of text
reads()
{
    case $1 in
    plain | titled) seg-import "$1" ;;
    map) seg-import -M "$1" titled ;;
    names) seg-import --images i --keys "$1" ;;
    keys) seg-pick --keys "$1" s.st && seg-subset --keys "$1" s.st ;;
    stat) seg-stat --merge "$1" && seg-init --stat "$1" net ;;
    net) seg-net --check "$1" && seg-init "$1" | seg-pick --keep "*" | seg-info -l ;;
    table) seg-table <"$1" ;;
    matrix) seg-score --merge "$1" ;;
    esac
}
for text in plain titled map names keys stat net table matrix; do
    cp $text saved
    reads $text >want
    [ $? = 0 ] && [ -s want ]
    ok $? "$text is read"
    for form in "1s/^/$mark/" 's/$/\r/' "1s/^/$mark/; s/\$/\r/"; do
        sed "$form" saved >$text
        reads $text >seen 2>err
        is "$(cat err)$(cmp seen want)" "" \
            "$text, after ${form/$mark/mark}, gives the same output"
    done
    for form in "iconv -f UTF-8 -t UTF-16" "iconv -f UTF-8 -t UTF-16BE"; do
        $form saved >$text
        reads $text >seen 2>err
        like "$(cat err)" ": ($text|stdin): UTF-16 text: save it as UTF-8" \
            "$text, after $form, is refused"
    done
    tr '\n' '\r' <saved >$text
    reads $text >seen 2>err
    like "$(cat err)" ": ($text|stdin): lines end in CR alone, as on old Macs" \
        "$text with lines that end in CR is refused"
    cp saved $text
done
is "$({ printf "${mark}a\ta.pgm\n"; printf "${mark}b\tb.pgm\n"; } | keys)" "a b" \
    "two lists with byte order marks are read one after the other"
is "$(printf 'a\ta.pgm\r' | keys)" "a" "a list of one line that ends in CR is read"
printf 'a\0b\n' >zero
refused 'zero: holds a 0 byte, not a text' "a 0 byte" seg-import zero

# ---- titles ----

for heading in "key${tab}image" "key${tab}image${tab}label" \
    "Key${tab}Image${tab}Label" "${mark}KEY${tab}IMAGE"; do
    is "$(printf '%s\na\ta.pgm\n' "$heading" | keys)" a \
        "the titles ${heading//$tab/ } are skipped"
done
is "$(printf '# here\n\nkey\timage\na\ta.pgm\n' | keys)" a \
    "titles after a comment are skipped"
for heading in "id${tab}image" "name${tab}filename${tab}mask" path; do
    printf '%s\na\ta.pgm\n' "$heading" >list
    refused "list:1: no image [a-z]*: titles are 'key', 'image' and 'label'" \
        "other titles: ${heading//$tab/ }" seg-import list
done
printf 'image\tid\n' >list
status_is 66 "a list without titles: the first line is an image" seg-import list
# ---- blanks, commas, quotes for tabs ----

say='no tab: columns are separated by tabs, here there are'
printf 'a a.pgm a.pgm\n' >list
refused "list:1: $say blanks" "blanks for tabs" seg-import list
printf 'a\ta.pgm\nb    b.pgm\n' >list
refused "list:2: $say blanks" "blanks for tabs in one line" seg-import list
printf 'key,image,label\na,a.pgm,a.pgm\n' >list
refused "list:1: $say commas" "commas for tabs" seg-import list
printf '"a";"a.pgm"\n' >list
refused "list:1: $say semicolons" "semicolons for tabs, and quotes," seg-import list
printf '"a"\t"a.pgm"\n' >list
refused 'list:1: "a.pgm" is in quotes: names stand without them' "a name in quotes" seg-import list
cp a.pgm 'my, image.pgm'
is "$(echo 'my, image.pgm' | seg-import | seg-info -l | cut -f2)" "my, image" \
    "the name of an existing file may have blanks and commas"
printf '0 0 ground\n' >list
refused "list:1: $say blanks" "blanks in a label map" seg-import -M list titled
printf '0,0,ground,#000000\n' >list
refused "list:1: $say commas" "commas in a label map" seg-import -M list titled
printf 'budget,value\n1,0.5\n' >list
refused "list:1: $say commas" "commas in a table" seg-plot -x budget -y value -o p.png list
sed 's/\t/,/g' table >list
refused "expected the titles .* with tabs between" "commas in a table of results" \
    bash -c 'seg-table <list'

# ---- control characters in names ----

for byte in '\001' '\033' '\177' '\302\205'; do
    printf "ab${byte}c\ta.pgm\n" >list
    refused 'list:1: key: byte 3 is a control character \(0x' "a key with $byte" \
        seg-import list
    printf "0\t0\tx${byte}\n1\t1\ty\n" >list
    refused 'list:1: name: byte 2 is a control character' "a class with $byte" \
        seg-import -M list titled
done
printf 'caf\351\ta.pgm\n' >list
refused 'list:1: key: byte 4 is not UTF-8 \(0xe9\)' "a key in Latin-1" seg-import list
is "$(printf 'caf\303\251\ta.pgm\n' | keys)" "café" "a key in UTF-8 is accepted"
mkdir odd
cp a.pgm "odd/x"$'\n'"y.pgm"
refused 'odd: name of a file: byte 2 is a control character \(0x0a\)' \
    "a file name of two lines" seg-import --images odd

# ---- empty lists and streams ----

: >none
mkdir bare
refused 'stdin: no items in the list' "an empty list on stdin" \
    seg-import -M map -o out.st - <none
refused 'none: no items in the list' "an empty list" seg-import -o out.st none
printf '# nothing\n\nkey\timage\n' >titles
refused 'titles: no items in the list' "a list of titles only" seg-import -o out.st titles
refused 'bare: no images in it' "a directory without images" \
    seg-import -o out.st --images bare
refused 'none: no items in the list' "an empty --keys" \
    seg-import -o out.st --images i --keys none
[ ! -e out.st ]
ok $? "refused lists leave no stream"
refused 'none: no keys in the list' "an empty list of keys for seg-pick" seg-pick --keys none s.st
refused 'none: no keys in the list' "an empty list of keys for seg-subset" seg-subset --keys none s.st

seg-synth -n 0 -o none.st
status_is 0 "seg-cat accepts a stream with END only" seg-cat none.st
status_is 0 "seg-pick without a selection accepts a stream with END only" \
    seg-pick none.st
status_is 1 "seg-check finds fault with a stream of 0 records" seg-check none.st
like "$(cat .out)" "records${tab}none.st" "seg-check lists the stream of 0 records"
seg-init net -o m.st
for command in "seg-stat" "seg-subset -n 1" "seg-subset --share 0.5" \
    "seg-subset --keys keys" "seg-sample --crop 8 --count 4" "seg-view -o v.png" \
    "seg-score" "seg-export -d bare" "seg-finetune -m m.st --steps 1" \
    "seg-pretrain -m m.st --steps 1"; do
    refused "" "$command of no records" $command none.st
done
refused "none.st: no" "an empty stream for seg-score --truth" seg-score --truth none.st p.st
refused "no records" "an empty stream for seg-finetune --valid" \
    seg-finetune -q -m m.st --steps 1 -b 1 --valid none.st s.st
head -n 1 table >titles
refused 'stdin: no rows under the titles' "a table of titles only for seg-table" bash -c 'seg-table <titles'
refused '' "a table of titles only for seg-plot" seg-plot -x budget -y value -o p.png titles
refused 'empty' "an empty table for seg-plot" seg-plot -x budget -y value -o p.png none

# ---- tables too large ----

perl -e 'print join("\t", "budget", "value", ("c") x 5000), "\n", "1\t2\n" x 10000' >wide.tsv
(ulimit -v 200000; seg-plot -x budget -y value -o x.png wide.tsv) 2>.err
is $? 65 "seg-plot refuses a table of 5,002 columns"
like "$(cat .err)" "wide.tsv:1: 5002 columns, at most 4096" \
    "seg-plot names the line with 5,002 columns"
perl -e 'print join("\t", "budget", "value", ("c") x 4000), "\n", "1\t2\n" x 30000' >wide.tsv
(ulimit -v 200000; seg-plot -x budget -y value -o x.png wide.tsv) 2>.err
is $? 65 "seg-plot refuses rows that are too short"
like "$(cat .err)" "wide.tsv:2: 2 fields, expected 4002" \
    "seg-plot refuses short rows before it allocates memory"
done_testing
