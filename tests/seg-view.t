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
# shown NAME EXPECTED ARGUMENTS...
shown()
{
    local name=$1 want=$2
    shift 2
    seg-view -o v.png "$@" || echo "# status $?"
    is "$(pixels v.png)" "$want" "$name"
}
nl=$'\n'
gray=646464
image=$gray$gray$gray$gray$gray$gray
record k $image 000102000101 "" >label.st
record k $image 000102000101 0202ff020202 >both.st
record k "" 000102ff0101 "" >bare.st

# half of 0x64 and half of a color: 0x32 (50), 178 (0xb2: 177.5 rounded up)
r=b23232 g=32b232 b=3232b2
shown "the overlay shows the labels" "U8 2,3,3$nl$r$g$b$r$g$g" label.st
shown "the overlay shows pred if there is one, and ignored pixels unchanged" \
    "U8 2,3,3$nl$b$b$gray$b$b$b" both.st
shown "--tensor label shows the labels" "U8 2,3,3$nl$r$g$b$r$g$g" --tensor label both.st
shown "--alpha 0 is the image" "U8 2,3,3$nl$image" --alpha 0 both.st
shown "--alpha 1 is the colors" "U8 2,3,3${nl}ff000000ff000000ffff000000ff0000ff00" \
    --alpha 1 label.st
shown "--mode color shows ignored pixels in black" "U8 2,3,3$nl""ff000000ff000000ff00000000ff0000ff00" \
    --mode color bare.st
record k $image 000000000101 "" >c.st
shown "--contours shows borders of classes" "U8 2,3,3$nl$gray$r$r$r$g$g" --contours c.st

gap=ffffffffffffffffffffffff
row=$gray$gray$gray
shown "--mode side shows image, label and pred with a white gap" \
    "U8 2,17,3$nl$row$gap$r$g$b$gap$b$b$gray$row$gap$r$g$g$gap$b$b$b" \
    --mode side both.st
record a $image "" "" >a.st
record b $image "" "" >b.st
seg-cat a.st b.st >two.st
shown "--mode sheet shows one record below the other" \
    "U8 8,3,3$nl$image$(printf 'ff%.0s' {1..36})$image" --mode sheet two.st
shown "--mode sheet has two columns" \
    "U8 2,10,3$nl$row$gap$row$row$gap$row" --mode sheet --columns 2 two.st
shown "--mode sheet may have more columns than records" \
    "U8 2,10,3$nl$row$gap$row$row$gap$row" --mode sheet --columns 9 two.st
shown "--mode sheet --count limits the records" "U8 2,3,3$nl$image" --mode sheet --count 1 two.st

status_is 65 "an overlay without classes is refused" seg-view --dir out two.st
[ ! -e out ]
ok $? "a refused overlay leaves no file"
like "$(seg-view two.st 2>&1 >x.png)" 'seg-view: a: no tensor pred or label' \
    "a refused overlay: the missing tensor is named"
rm -rf out
record a $image 000102000101 "" >a.st
record sub/b $image 000102000101 "" >b.st
seg-cat a.st b.st >two.st
seg-view --dir out two.st
is "$? $(cd out && find . -type f | sort | tr '\n' ' ')" "0 ./a.png ./sub/b.png " \
    "--dir: one file for each record"
seg-view label.st >v.png
same v.png out/a.png "standard output and --dir give the same image"
seg-view - <label.st >w.png
same v.png w.png "a pipe gives the same image"

status_is 65 "two records as one image are refused" seg-view -o w2.png two.st
like "$(<.err)" 'second record.*--dir' "the message about two records names --dir"
[ ! -e w2.png ]
ok $? "two records as one image leave no file"
status_is 64 "--dir with --output is refused" seg-view --dir x -o y.png two.st
status_is 64 "--dir with a sheet is refused" seg-view --dir x --mode sheet two.st
record k $image 000109000101 "" >bad.st
status_is 65 "a value that is no class is refused" seg-view -o w2.png bad.st
is "$(<.err)" "seg-view: k: tensor label: value 9 at (x 2, y 0) is none of 3 classes" \
    "record, value and pixel are named"
status_is 65 "an overlay without an image is refused" seg-view -o w2.png bare.st
seg-synth -n 0 -o none.st
status_is 65 "a sheet of 0 records is refused" seg-view --mode sheet -o w2.png none.st
seg-synth -n 1 >s.st 2>/dev/null
head -c 1000 s.st >cut.st
status_is 65 "a cut stream is refused" seg-view -o w2.png cut.st
[ ! -e w2.png ]
ok $? "a cut stream leaves no file"
status_is 66 "a missing stream is refused" seg-view gone.st
seg-view label.st >/dev/full 2>err
is "$?" 74 "a full device is noticed"

# 16-bit images are stretched from minimum to maximum
perl -e 'my $h = "{\"__metadata__\":{\"seg.key\":\"k\"},\"image\":{\"dtype\":"
    . "\"U16\",\"shape\":[1,3,1],\"data_offsets\":[0,6]},\"label\":{\"dtype\":"
    . "\"U8\",\"shape\":[1,3],\"data_offsets\":[6,9]}}";
    print pack("Q<", length $h), $h, pack("v3", 1000, 2000, 3000), "\xff" x 3' >w.st
shown "16-bit images are stretched" "U8 1,3,3${nl}000000808080ffffff" w.st

# image TYPE H W C NUMBER...: a record of an image alone, of U8, U16, I16 or F32
image()
{
    perl -e 'my ($t, $h, $w, $c, @v) = @ARGV;
        my $d = pack { U8 => "C*", U16 => "v*", I16 => "s<*", F32 => "f<*" }->{$t}, @v;
        my $end = length $d; my $s = "{\"__metadata__\":{\"seg.key\":\"k\"},"
            . "\"image\":{\"dtype\":\"$t\",\"shape\":[$h,$w,$c],\"data_offsets\":"
            . "[0,$end]}}"; print pack("Q<", length $s), $s, $d' "$@"
}

# ---- bands and their range ----

image U8 1 2 4 1 2 3 4 5 6 7 8 >four.st
shown "--mode side shows the first three of four bands" "U8 1,2,3${nl}010203050607" --mode side four.st
shown "--show-bands 4,3,1 shows three bands" "U8 1,2,3${nl}040301080705" --mode side --show-bands 4,3,1 four.st
shown "--show-bands 2 shows one band" "U8 1,2,3${nl}020202060606" --mode side --show-bands 2 four.st
status_is 65 "--show-bands: a missing band is refused" \
    seg-view --mode side --show-bands 1,2,5 four.st
is "$(<.err)" "seg-view: k: tensor image has 4 bands; band 5 wanted" \
    "--show-bands: the missing band is named"
for b in 0 1,2 1,2,3,4 4,3, 4x ,1 -1 1.5 ""; do
    status_is 64 "--show-bands '$b' is refused" seg-view --show-bands "$b" four.st
done
image I16 1 101 1 $(seq -50 50) >ramp.st
seg-view --mode side --stretch 10,90 -o v.png ramp.st
is "$(pixels v.png | tail -n 1 | fold -w 6 | uniq -c | awk '$1 > 1 { print $1, $2 }')" \
    "11 000000${nl}11 ffffff" "--stretch: a tenth is black, a tenth white"
image F32 1 4 2 0 9 1e6 9 nan 9 5e5 9 >deep.st
shown "floats that are not finite are black, for each band" \
    "U8 1,4,3${nl}000000ffffff000000808080" --mode side --stretch 0,100 deep.st
shown "a band without contrast is black" "U8 1,4,3${nl}$(printf '0%.0s' {1..24})" \
    --mode side --show-bands 2 deep.st
image U8 1 3 1 10 20 30 >dim.st
shown "u8 is not stretched" "U8 1,3,3${nl}0a0a0a1414141e1e1e" --mode side dim.st
shown "u8 is stretched with --stretch" "U8 1,3,3${nl}000000808080ffffff" \
    --mode side --stretch 0,100 dim.st
for b in 1 2,1 5,5 -1,50 0,101 1,2,3 nan,2 x; do
    status_is 64 "--stretch $b is refused" seg-view --mode side --stretch "$b" dim.st
done

# ---- errors, enlarging, legends ----

record k $image 0001ff010200 000200020201 >err.st
R=009e73 W=d55e00 I=808080 F=56b4e9
shown "--errors shows right, wrong and ignored pixels" "U8 2,3,3$nl$R$W$I$W$R$W" \
    --errors --alpha 1 err.st
shown "--class b shows missed and false pixels over the image" \
    "U8 2,3,3$nl$gray$W$I$W$gray$F" --errors --class b --alpha 1 err.st
shown "--mode color --errors --class c shows missed and false pixels" "U8 2,3,3${nl}000000$F$I$F${R}000000" \
    --errors --class c --mode color err.st
a=ff0000 b=00ff00 c=0000ff o=000000
shown "--mode side --errors adds a cell" \
    "U8 2,24,3$nl$row$gap$a$b$gray$gap$a$c$a$gap$R$W$I$row$gap$b$c$a$gap$c$c$b$gap$W$R$W" \
    --mode side --errors --alpha 1 err.st
status_is 65 "--errors without a prediction is refused" \
    seg-view --errors -o w2.png label.st
is "$(<.err)" "seg-view: k: no tensor pred" "--errors: the missing tensor is named"
status_is 65 "--errors of an unknown class is refused" \
    seg-view --errors --class d -o w2.png err.st
is "$(<.err)" "seg-view: k: no class d" "--errors: the unknown class is named"
status_is 64 "--class without --errors is refused" seg-view --class b err.st
status_is 64 "--errors with -t is refused" seg-view --errors -t pred err.st
p=010203 q=050607
shown "--zoom 2 repeats each pixel" "U8 2,4,3$nl$p$p$q$q$p$p$q$q" --mode side --zoom 2 four.st
record k "" 000101000101 "" >pair.st
shown "--zoom keeps contours thin" \
    "U8 4,6,3$nl$(for _ in 1 2 3 4; do printf $o$a$b$o$o$o; done)" \
    --mode color --contours --zoom 2 pair.st

perl -pe 's/a\\tb\\tc/I\\tb\\t-/' both.st >named.st
seg-view --mode color --legend -o v.png named.st
read -r _ shape <<<"$(pixels v.png | head -n 1)"
# 2 rows of image, a gap of 4, a row of 20; one entry: 16 + 6 + 12 wide
is "$shape" 26,34,3 "--legend shows the classes that occur, below the image"
is "$(pixels v.png | tail -n 1 | fold -w 204 | tail -n 20 | fold -w 6 | sort |
    uniq -c | sort -rn | awk '{ print $1, $2 }')" \
    "404 ffffff${nl}196 0000ff${nl}80 000000" "--legend has squares and letters as dots"
seg-view --mode sheet --legend --columns 2 -o v.png label.st both.st
like "$(pixels v.png | head -n 1)" 'U8 66,38,3' "--legend of a sheet is drawn once"
perl -pe 's/a\\tb\\tc/A\\tb\\tc/' label.st >other.st
status_is 65 "--legend of records with other classes is refused" \
    seg-view --mode sheet --legend -o w2.png label.st other.st
is "$(<.err)" \
    "seg-view: k: class 0 is A, a in those before: (A, b, c) against (a, b, c)" \
    "--legend: the other classes are named"
seg-view --mode color --legend -d each pair.st
[ -s each/k.png ]
ok $? "--legend with --dir is accepted"

# ---- thumbnails, names, many classes ----

# 4 x 4: boxes of 2 x 2 whose means are 10, 20.5 (to 21), 30 and 40
image U8 4 4 1 10 10 20 21 10 10 20 21 30 30 39 41 30 30 41 39 >boxes.st
shown "--cell shows the mean of each box" "U8 2,2,3$nl""0a0a0a1515151e1e1e282828" \
    --mode side --cell 2 boxes.st
shown "--cell as long as the image changes nothing" \
    "U8 4,4,3$nl$(seg-view --mode side -o v.png boxes.st; pixels v.png | tail -n 1)" \
    --mode side --cell 4 boxes.st
image U16 1 4 1 0 0 0 60000 >deep2.st
shown "--cell: 16 bits are stretched first" "U8 1,2,3${nl}000000808080" \
    --mode side --stretch 0,100 --cell 2 deep2.st
image F32 1 4 1 nan inf 1e6 0 >odd.st
shown "--cell: numbers that are not finite are black" "U8 1,4,3${nl}000000000000ffffff000000" \
    --mode side --stretch 0,100 odd.st
# labels KEY NAMES PALETTE H W ID...: a record of a label alone; \t in NAMES
labels()
{
    perl -e 'my ($key, $names, $palette, $h, $w, @id) = @ARGV; my $n = @id;
        my $s = "{\"__metadata__\":{\"seg.key\":\"$key\",\"seg.classes\":\"$names\","
            . ($palette && "\"seg.palette\":\"$palette\",") . "\"seg.ignore\":\"255\"},"
            . "\"label\":{\"dtype\":\"U8\",\"shape\":[$h,$w],\"data_offsets\":[0,$n]}}";
        print pack("Q<", length $s), $s, pack "C*", @id' "$@"
}
# labels: the class of most pixels, never a mixture of two
set -- 0 2 1 1  2 2 1 0  255 255 1 0  255 2 0 1
labels k 'a\tb\tc' '#ff0000,#00ff00,#0000ff' 4 4 "$@" >ids.st
shown "--cell shows the most frequent class, of equal ones the first" \
    "U8 2,2,3$nl$c$b$o$a" --mode color --cell 2 ids.st
labels k 'a\tb' '#ff0000,#00ff00' 4 4 "$@" >stray.st
status_is 65 "--cell: a value that is no class is refused" \
    seg-view --mode color --cell 1 -o w2.png stray.st
like "$(<.err)" 'value 2 at .x 1, y 0. is none of 2 classes' \
    "--cell: the value that is no class is named"

# a 9 that is nodata is black in the thumbnail; a stored 0 is data
perl -pe 's/"seg.key"/"seg.nodata":"9","seg.key"/; s/^./chr(17 + ord $&)/e' \
    <(image U8 2 4 1 9 9 9 9 0 200 9 9) >gap.st
shown "--cell shows nodata in black" "U8 1,2,3${nl}323232000000" \
    --mode side --cell 2 gap.st

for size in "1 1" "1 5000" "5000 3"; do
    read -r h w <<<"$size"
    image U8 $h $w 1 $(yes 9 | head -n $((h * w))) >long.st
    most=$((h > w ? h : w))
    for mode in side sheet; do
        want=$h,$w,3
        [ $mode = sheet ] && [ $most -gt 512 ] && want=$((h > 512 ? 512 : h > 1 ? 1 : h)),$((w > 512 ? 512 : w > 1 ? 1 : w)),3
        seg-view --mode $mode -o v.png long.st
        is "$? $(pixels v.png | head -n 1)" "0 U8 $want" \
            "$mode of $h x $w has the size of --cell"
    done
done
shown "--mode sheet --cell 0 keeps the full size" "U8 5000,3,3$nl$(printf '09%.0s' $(seq 45000))" \
    --mode sheet --cell 0 long.st
seg-view --mode sheet --zoom 2 -o v.png long.st
is "$(pixels v.png | head -n 1)" "U8 10000,6,3" \
    "--zoom: --mode side keeps the full size"
status_is 64 "--cell with --zoom is refused" seg-view --cell 8 --zoom 2 long.st
status_is 64 "--cell -1 is refused" seg-view --cell -1 long.st

# ink FILE: rows of the image below the first $2, # for black
ink()
{
    pixels "$1" | tail -n 1 | fold -w $((6 * $3)) | tail -n +$(($2 + 1)) |
        sed 's/ffffff/./g; s/000000/#/g'
}
image U8 2 40 1 $(yes 9 | head -n 80) >key.st
perl -pe 's/"k"/"long key_1"/; s/^./chr(9 + ord $&)/e' key.st >named.st
seg-view --mode sheet --names -o v.png named.st
is "$(pixels v.png | head -n 1)" "U8 14,40,3" "--names adds a line below the record"
# 40 pixels hold 6 letters: "lon..."
is "$(ink v.png 6 40 | sed 's/\.*$//')" ".##
..#
..#....###..####
..#...#...#.#...#
..#...#...#.#...#
..#...#...#.#...#..##....##....##
.###...###..#...#..##....##....##" "cut with dots where it is too long"
perl -pe 's/"k"/"\xc3\xa9"/; s/^./chr(1 + ord $&)/e' key.st >accent.st
seg-view --mode sheet --names -o v.png accent.st
like "$(ink v.png 6 40 | head -n 1)" '^\.\.######' \
    "--names: a letter that is not ASCII is one question mark"

# 70 classes in 70 colors, and a legend in columns no wider than the sheet
names=$(printf '\\tc%d' {0..69})
labels k "${names#??}" "" 1 210 $(perl -e 'print map { int($_ / 3), " " } 0 .. 209') >many.st
seg-view --mode color -o v.png many.st
is "$(pixels v.png | tail -n 1 | fold -w 6 | sort -u | wc -l)" 70 \
    "70 classes have 70 colors"
seg-view --mode color --legend -o v.png many.st
# 60 wide with the gap: (16 + 6 + 36) + 20 = 78 a column, 2 columns; 35 rows of 20
is "$(pixels v.png | head -n 1)" "U8 705,210,3" "a legend of 70 classes has columns"
is "$(ink v.png 5 210 | cut -c 1,79 | sed -n 1~20p | sort | uniq -c | awk '{ print $1, $2 }')" \
    "35 ##" "columns of a legend are aligned"
labels k "$(printf 'x%.0s' {1..92})" "" 1 1 0 >wide.st
seg-view --mode color --legend -o v.png wide.st
like "$(pixels v.png | head -n 1)" '^U8 [0-9]+,502,3$' \
    "a name of 92 letters is cut at 40"
done_testing
