#!/bin/bash
# seg-view: pixel for pixel on small records.
. "$(dirname "$0")/lib.sh"

# record KEY IMAGE LABEL PRED: 3 x 2 pixels; bytes in hexadecimal, "" for none.
# Classes: a red, b green, c blue.  A plain blob, which is a legal stream.
record()
{
    perl -e 'my ($key, @data) = map { $_ } @ARGV; my ($at, $body, @t) = (0, "");
        my @name = qw(image label pred); my @shape = ("2,3,3", "2,3", "2,3");
        for (0 .. 2) { my $d = pack "H*", $data[$_] // ""; next unless length $d;
            my $end = $at + length $d; push @t, "\"$name[$_]\":{\"dtype\":\"U8\","
                . "\"shape\":[$shape[$_]],\"data_offsets\":[$at,$end]}";
            $body .= $d; $at = $end }
        my $h = "{\"__metadata__\":{\"seg.key\":\"$key\",\"seg.ignore\":\"255\","
            . "\"seg.classes\":\"a\\tb\\tc\",\"seg.palette\":"
            . "\"#ff0000,#00ff00,#0000ff\"}," . join(",", @t) . "}";
        print pack("Q<", length $h), $h, $body' "$@"
}
# pixels FILE: "WxHxC bytes", read back through seg-import
pixels()
{
    echo "$1" | seg-import -o .back &&
        "$root/tests/tensor.pl" --shape .back image &&
        "$root/tests/tensor.pl" .back image | od -An -v -tx1 | tr -d ' \n'
}
# shown NAME WANTED ARGUMENTS...
shown()
{
    local name=$1 want=$2
    shift 2
    seg-view -o v.png "$@" || echo "# status $?"
    is "$(pixels v.png)" "$want" "$name"
}
nl=$'\n'
grey=646464
image=$grey$grey$grey$grey$grey$grey
record k $image 000102000101 "" >label.st
record k $image 000102000101 0202ff020202 >both.st
record k "" 000102ff0101 "" >bare.st

# half of 0x64 and half of a colour: 0x32 (50), 178 (0xb2: 177.5 rounded up)
r=b23232 g=32b232 b=3232b2
shown "overlay" "U8 2,3,3$nl$r$g$b$r$g$g" label.st
shown "overlay takes pred where there is one; ignored pixels stay" \
    "U8 2,3,3$nl$b$b$grey$b$b$b" both.st
shown "--tensor label" "U8 2,3,3$nl$r$g$b$r$g$g" --tensor label both.st
shown "--alpha 0 is the image" "U8 2,3,3$nl$image" --alpha 0 both.st
shown "--alpha 1 is the colours" "U8 2,3,3${nl}ff000000ff000000ffff000000ff0000ff00" \
    --alpha 1 label.st
shown "color: ignored is black" "U8 2,3,3$nl""ff000000ff000000ff00000000ff0000ff00" \
    --mode color bare.st
record k $image 000000000101 "" >c.st
shown "--contours" "U8 2,3,3$nl$grey$r$r$r$g$g" --contours c.st

gap=ffffffffffffffffffffffff
row=$grey$grey$grey
shown "side: image, label and pred with a white gap" \
    "U8 2,17,3$nl$row$gap$r$g$b$gap$b$b$grey$row$gap$r$g$g$gap$b$b$b" \
    --mode side both.st
record a $image "" "" >a.st
record b $image "" "" >b.st
seg-cat a.st b.st >two.st
shown "sheet: one record under the other" \
    "U8 8,3,3$nl$image$(printf 'ff%.0s' {1..36})$image" --mode sheet two.st
shown "sheet: two columns" \
    "U8 2,10,3$nl$row$gap$row$row$gap$row" --mode sheet --columns 2 two.st
shown "sheet: more columns than records" \
    "U8 2,10,3$nl$row$gap$row$row$gap$row" --mode sheet --columns 9 two.st
shown "sheet: --count" "U8 2,3,3$nl$image" --mode sheet --count 1 two.st

seg-view --dir out two.st
is "$? $(ls out | tr '\n' ' ')" "65 " "overlay without classes is refused"
like "$(seg-view two.st 2>&1 >x.png)" 'seg-view: a: no tensor pred or label' "and says what is missing"
rm -rf out
record a $image 000102000101 "" >a.st
record sub/b $image 000102000101 "" >b.st
seg-cat a.st b.st >two.st
seg-view --dir out two.st
is "$? $(cd out && find . -type f | sort | tr '\n' ' ')" "0 ./a.png ./sub/b.png " "--dir: one file a record"
seg-view label.st >v.png
same v.png out/a.png "stdout and --dir: the same picture"
seg-view - <label.st >w.png
same v.png w.png "from a pipe"

status_is 65 "two records are not one picture" seg-view -o w2.png two.st
like "$(<.err)" 'second record.*--dir' "and it says what to do"
[ ! -e w2.png ]
ok $? "no file is left"
status_is 64 "--dir and --output" seg-view --dir x -o y.png two.st
status_is 64 "--dir and a sheet" seg-view --dir x --mode sheet two.st
record k $image 000109000101 "" >bad.st
status_is 65 "a value that is no class" seg-view -o w2.png bad.st
is "$(<.err)" "seg-view: k: tensor label: value 9 at (x 2, y 0) is none of 3 classes" "is named with its place"
status_is 65 "no image to lay over" seg-view -o w2.png bare.st
seg-import -o none.st </dev/null
status_is 65 "no records" seg-view --mode sheet -o w2.png none.st
seg-synth -n 1 >s.st 2>/dev/null
head -c 1000 s.st >cut.st
status_is 65 "a stream that is cut" seg-view -o w2.png cut.st
[ ! -e w2.png ]
ok $? "leaves no picture"
status_is 66 "no such stream" seg-view gone.st
seg-view label.st >/dev/full 2>err
is "$?" 74 "a full device"

# 16-bit pictures are stretched from least to greatest
perl -e 'my $h = "{\"__metadata__\":{\"seg.key\":\"k\"},\"image\":{\"dtype\":"
    . "\"U16\",\"shape\":[1,3,1],\"data_offsets\":[0,6]},\"label\":{\"dtype\":"
    . "\"U8\",\"shape\":[1,3],\"data_offsets\":[6,9]}}";
    print pack("Q<", length $h), $h, pack("v3", 1000, 2000, 3000), "\xff" x 3' >w.st
shown "16-bit images are stretched" "U8 1,3,3${nl}000000808080ffffff" w.st
done_testing
