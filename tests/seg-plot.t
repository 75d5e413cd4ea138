#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

nl=$'\n'
printf 'budget\tmethod\tmean\tsd\n' >t.tsv
printf '23\tce\t0.25\t0.02\n46\tce\t0.31\t-\n23\twithin\t0.3\t0.01\n' >>t.tsv
printf "46\tit's \$0 \`id\`\t0.36\t0.01\n92\twithin\t-\t-\n" >>t.tsv

status_is 64 "-x and -y are required" seg-plot t.tsv
status_is 65 "a missing column is refused" seg-plot -x budget -y iou t.tsv
like "$(cat .err)" "t.tsv: no column iou" "the missing column is named"
status_is 65 "a missing column of standard input is refused" \
    seg-plot --x budget --y iou -o x.png - <t.tsv
like "$(cat .err)" "stdin: no column iou" \
    "the missing column of standard input is named"
status_is 65 "words on the x axis are refused without --bars" \
    seg-plot -x method -y mean t.tsv
like "$(cat .err)" "t.tsv:2: column method: 'ce' is not a number" \
    "line, column and word are named"
{ printf '# made by hand\n# twice\n'; cat t.tsv; } >comments.tsv
status_is 65 "comments above the titles are skipped" \
    seg-plot -x method -y mean comments.tsv
like "$(cat .err)" "comments.tsv:4: column method: 'ce' is not a number" \
    "lines are counted with the comments"
printf '# no titles\n' >untitled.tsv
status_is 65 "comments alone are refused" seg-plot -x a -y b untitled.tsv
printf 'a\tb\n1\n' >ragged.tsv
status_is 65 "a row too short is refused" seg-plot -x a -y b ragged.tsv
status_is 66 "a missing file is refused" seg-plot -x a -y b nowhere.tsv
mkdir bin
status_is 69 "without gnuplot it ends with 69" \
    env PATH="$dir/bin" "$(type -p seg-plot)" \
    -x budget -y mean t.tsv -o none.png
like "$(cat .err)" "gnuplot is not installed" "without gnuplot the package is named"
[ ! -e none.png ]
ok $? "without gnuplot no file is left"

if ! type gnuplot >/dev/null 2>&1; then
    skip "plots are drawn" "no gnuplot"
    done_testing
fi
status_is 0 "curves are drawn" seg-plot -x budget -y mean --by method -e sd --log-x \
    -o curves.png t.tsv
is "$(head -c 8 curves.png | od -An -tx1)" " 89 50 4e 47 0d 0a 1a 0a" "curves are a PNG"
is "$(od -An -j16 -N8 -tu1 curves.png | tr -s ' ')" " 0 0 2 208 0 0 1 224" \
    "the PNG has 720x480 pixels"
seg-plot -x budget -y mean --by method -e sd --log-x <t.tsv >again.png
same again.png curves.png "the same table gives the same bytes"
status_is 0 "bars are drawn as SVG" seg-plot --bars -x method -y mean -f svg \
    --title "it's 100%" --size 300x200 -o bars.svg t.tsv
like "$(cat bars.svg)" "it.{1,5}s 100%" "the SVG has the title"
like "$(cat bars.svg)" '\$0 `id`' "words of the table are not executed"
printf 'confidence\taccuracy\n0.6\t0.5\n0.9\t0.7\n' >bins.tsv
seg-plot -x confidence -y accuracy -f svg bins.tsv >plain.svg
status_is 0 "--diagonal is drawn" seg-plot --diagonal -x confidence \
    -y accuracy -f svg -o diagonal.svg bins.tsv
is "$(grep -c 'id="gnuplot_plot' plain.svg; grep -c 'id="gnuplot_plot' diagonal.svg)" \
    "1${nl}2" "--diagonal adds one line"
# ---- the pixels of plots ----

# bars FILE COLOR: for each run of columns that hold this color (rrggbb, or
# dark), its first column, its width, and of its middle column the top, the
# bottom, the number of such pixels and the longest unbroken line of them
bars()
{
    echo "$1" | seg-import -q -o .image.st &&
        "$root/tests/tensor.pl" .image.st image | perl -0777 -e '
        my ($w, $h, $want) = @ARGV; my $s = <STDIN>; my (@run, $first);
        my $is = $want eq "dark" ? sub { 300 > unpack "%32C*", $_[0] }
            : sub { $_[0] eq pack "H*", $want };
        my $column = sub { my $x = shift;
            grep { $is->(substr $s, 3 * ($_ * $w + $x), 3) } 0 .. $h - 1 };
        for my $x (0 .. $w) {
            my $on = $x < $w && scalar $column->($x) > 3;
            $first //= $x if $on;
            next if $on || !defined $first;
            my @y = $column->(int(($first + $x) / 2));
            my ($line, $most) = (0, 0);
            for (0 .. $#y) {
                $line = $_ && $y[$_] == $y[$_ - 1] + 1 ? $line + 1 : 1;
                $most = $line if $line > $most }
            print join(" ", $first, $x - $first, $y[0], $y[-1], scalar @y, $most), "\n";
            undef $first }' "${3:-720}" "${4:-480}" "$2"
}
# frame FILE: left, right, top and bottom of the black frame
frame()
{
    echo "$1" | seg-import -q -o .image.st &&
        "$root/tests/tensor.pl" .image.st image | perl -0777 -e '
        my ($w, $h) = @ARGV; my $s = <STDIN>;
        my $dark = sub { ord(substr $s, 3 * ($_[1] * $w + $_[0]), 1) < 200 };
        my @x = grep { my $x = $_; $h / 2 < grep { $dark->($x, $_) } 0 .. $h - 1 } 0 .. $w - 1;
        my @y = grep { my $y = $_; $w / 2 < grep { $dark->($_, $y) } 0 .. $w - 1 } 0 .. $h - 1;
        print "$x[0] $x[-1] $y[0] $y[-1]\n"' "${2:-720}" "${3:-480}"
}
# holds NAME CONDITION...: an arithmetic condition of bash
holds() { (($2)); ok $? "$1"; (($2)) || echo "# $2"; }

blue=1f77b4 orange=ff7f0e
printf 'method\tmean\tsd\na\t0.25\t0.2\nb\t0.5\t-\nc\t0.75\t0.01\nd\t-\t9\n' >b.tsv
seg-plot --bars -x method -y mean -o b.png b.tsv
bars b.png $blue >seen
is "$(wc -l <seen)" 3 "--bars draws a bar for each number"
# shellcheck disable=SC2034 # the columns are used by name in holds
{ read -r x1 w1 t1 b1 n1 _; read -r x2 w2 t2 b2 n2 _; read -r x3 w3 t3 b3 n3 _; } <seen
read -r left right top bottom < <(frame b.png)
holds "--bars: bars have the same width" "w1 > 60 && w1 - w2 < 2 && w2 - w1 < 2 && w1 - w3 < 2 && w3 - w1 < 2"
holds "--bars: bars have equal distances" "x2 - x1 - (x3 - x2) < 2 && x3 - x2 - (x2 - x1) < 2"
holds "--bars: bars are as high as the numbers" \
    "2 * n1 - n2 < 4 && n2 - 2 * n1 < 4 && 3 * n1 - n3 < 6 && n3 - 3 * n1 < 6"
holds "--bars: bars begin at 0, the lower edge" "b1 == b2 && b2 == b3 && bottom - b1 < 3"
holds "--bars: no bar touches the frame" \
    "x1 - left > 5 && right - x3 - w3 > 5 && t3 - top > 10"

# error bars: the bars keep width and height, and have a black line through them
seg-plot --bars -x method -y mean -e sd -o e.png b.tsv
bars e.png $blue | awk '{ print $2 }' >widths
is "$(sort -n widths | awk 'NR == 1 { a = $1 } { b = $1 }
    END { print NR, (b - a < 2), (a > 60) }')" "3 1 1" "-e: as wide as without"
# the dark line through the middle of bar $1, in pixels
dark()
{
    local x w rest
    read -r x w rest < <(bars e.png $blue | sed -n "$1p")
    bars e.png dark | awk -v m=$((x + w / 2)) \
        '$1 <= m && $1 + $2 > m && $2 < 12 { print $6 }'
}
read -r x w _ _ n _ < <(bars b.png $blue | head -n 1)
line=$(dark 1)
holds "--bars: an error bar reaches 0.2 to both sides of 0.25" \
    "10 * ${line:-0} > 15 * n && 10 * ${line:-0} < 17 * n"
is "$(dark 2 | awk '$1 > 20')" "" "--bars draws no bar for a missing number"

printf 'x\tby\ty\nu\tp\t2\nu\tq\t1\nv\tp\t-2\nv\tq\t1\n' >two.tsv
seg-plot --bars -x x -y y --by by -o two.png two.tsv
{ bars two.png $blue | head -n 2; bars two.png $orange | head -n 2; } >seen
# shellcheck disable=SC2034 # the columns are used by name in holds
{ read -r x1 w1 t1 b1 n1 _; read -r x2 w2 t2 b2 n2 _
    read -r x3 w3 t3 b3 n3 _; read -r x4 w4 t4 b4 n4 _; } <seen
holds "--bars: two series are side by side in two colors" \
    "x1 + w1 <= x3 && x3 - x1 - w1 < 20 && x2 + w2 <= x4"
holds "--bars: a negative bar is as high as a positive one" "t2 > b1 - 3 && t2 < b1 + 4 && n1 - n2 < 4 && n2 - n1 < 4"
holds "--bars: a bar of 2 is twice as high as one of 1" "n1 - 2 * n3 < 4 && 2 * n3 - n1 < 4"

# curves: points at the positions of the numbers, none on the frame
printf 'x\ty\n1\t0\n2\t5\n3\t10\n' >line.tsv
for log in "" --log-x; do
    seg-plot -x x -y y $log -o line.png line.tsv
    read -r left right top bottom < <(frame line.png)
    bars line.png $blue | awk -v l="$left" -v r="$right" -v t="$top" -v b="$bottom" \
        'NR == 1 { x = $1 } { if (!u || $3 < u) u = $3; if ($4 > d) d = $4; y = $1 + $2 }
        END { print (x - l > 20 && r - y > 20 && u - t > 10 && b - d > 10) }' >seen
    is "$(<seen)" 1 "curve${log:+ with }$log: it keeps a distance from the frame"
done
printf 'x\ty\n7\t3\n' >point.tsv
for how in "" --bars --log-x --diagonal; do
    seg-plot -x x -y y $how -o point.png point.tsv 2>err
    is "$?$(<err)" 0 "a table of one row is drawn${how:+ with }$how"
done
seg-plot --bars -x x -y y -o zero.png <(printf 'x\ty\na\t0\n') 2>err
is "$?$(<err)" 0 "a bar of height 0 is drawn"

# ---- words ----

printf 'metric\tm\tv\tsd\nmiou\ta_b^{c} 50%%d %%s\t1\t1\nmiou\t\\n @ # "x" `id`\t2\t1\nmiou\tbad\x01\xff\xc3\xa9\t3\t1\n' >w.tsv
seg-plot --bars -x m -y v -e sd -f svg -o w.svg --title 'A_b^2 {x} \n 100%d' --size 1400x400 w.tsv 2>err
is "$?$(<err)" 0 "words with characters special to gnuplot are drawn"
for word in 'a_b^{c} 50%d %s' '\n @ # "x" `id`' 'bad??é' 'A_b^2 {x} \n 100%d' \
    'miou: v ± sd' 'm</text>'; do
    grep -qF -- "$word" w.svg
    ok $? "the word $word is drawn unchanged"
done
seg-plot -x budget -y mean --x-title 'labeled images' --y-title 'IoU in %' -f svg -o t.svg t.tsv
grep -q 'labeled images' t.svg && grep -q 'IoU in %' t.svg && ! grep -q '>budget<' t.svg
ok $? "--x-title and --y-title are drawn"
is "$(grep -c 'rotate(-90' w.svg)" 0 "three words are drawn horizontally"
(printf 'c\tv\n'; for i in {1..30}; do printf 'a rather long class name %d\t%d\n' $i $i; done) >many.tsv
seg-plot --bars -x c -y v -f svg -o many.svg many.tsv
is "$(grep -c 'rotate(-90' many.svg)" 30 "thirty long words are drawn vertically"
is "$(grep -o 'a rather.*name 17' many.svg)" "a rather long... name 17" \
    "long words are shortened in the middle"
mkdir home
echo "set title 'MINE'" >home/.gnuplot
HOME=$PWD/home seg-plot -x budget -y mean -f svg -o home.svg t.tsv
is "$(grep -c MINE home.svg)" 0 "a .gnuplot in the home directory is ignored"

# ---- misleading and too large tables ----

printf 'metric\tb\tv\nmiou\t1\t0.5\nminutes\t1\t90\n' >mixed.tsv
status_is 0 "two metrics in one plot are accepted" seg-plot -x b -y v -o x.png mixed.tsv
like "$(<.err)" 'warning: mixed.tsv: one plot of several metrics, such as miou and minutes' \
    "two metrics in one plot are warned of"
status_is 0 "--by metric: two metrics are accepted" \
    seg-plot -x b -y v --by metric -o x.png mixed.tsv
is "$(<.err)" "" "--by metric: two metrics are not warned of"
status_is 0 "two bars with the same word are accepted" \
    seg-plot --bars -x b -y v -o x.png \
    <(printf 'b\tv\na\t1\na\t2\nb\t1\n')
like "$(<.err)" 'warning: .*bars on top of each other: 1 .see --by' \
    "two bars with the same word are warned of"
perl -e 'print "x\ty\n"; print "$_\t1\n" for 1 .. 1001' >long.tsv
status_is 65 "more than 1000 words for bars are refused" \
    seg-plot --bars -x x -y y -o none.png long.tsv
is "$(<.err)" "seg-plot: long.tsv:1002: column x: more than 1000 different words" \
    "line and column of the 1001st word are named"
status_is 65 "more than 256 curves are refused" \
    seg-plot -x y -y y --by x -o none.png long.tsv
is "$(<.err)" "seg-plot: long.tsv:258: column x: more than 256 different words" \
    "line and column of the 257th curve are named"
status_is 0 "1001 points are accepted" seg-plot -x x -y y -o x.png long.tsv
status_is 65 "--log-x: 0 is refused" \
    seg-plot --log-x -x x -y y -o none.png <(printf 'x\ty\n1\t1\n0\t1\n')
like "$(<.err)" ':3: column x: 0 is not above 0, as a logarithmic axis needs$' \
    "--log-x: line and column of the 0 are named"
seg-plot -x x -y y -f svg <(printf 'x\ty\n1\t1\n2\tinf\n3\tnan\n4\t1e999\n5\t2\n') >inf.svg 2>err
is "$?$(<err)" 0 "numbers that are not finite are left out"

# ---- a truncated image ----

# A gnuplot that writes the first bytes of an image and ends with 0.
half()
{
    printf '#!/bin/bash\nhead -c %s "%s"\n%s\n' "$2" "$dir/$1" "${3:-}" >bin/gnuplot
    chmod +x bin/gnuplot
}
seg-plot -x budget -y mean -o whole.png t.tsv
seg-plot -x budget -y mean -f svg -o whole.svg t.tsv
echo old >old
for f in png svg; do
    all=$(stat -c %s whole.$f)
    for n in 0 1 7 8 9 $((all / 2)) $((all - 13)) $((all - 9)) $((all - 3)); do
        half whole.$f $n
        cp old kept
        PATH=$PWD/bin:$PATH seg-plot -x budget -y mean -f $f -o kept t.tsv 2>err
        is "$? $(<kept)" "74 old" \
            "$f of gnuplot cut to $n of $all bytes: the old image stays"
    done
    like "$(<err)" "gnuplot's $f has no end after $n bytes: is the disk of TMPDIR full" \
        "$f of gnuplot cut to $n of $all bytes: the missing end is named"
    half whole.$f "$all"
    PATH=$PWD/bin:$PATH seg-plot -x budget -y mean -f $f -o kept t.tsv
    same kept whole.$f "$f of gnuplot with all bytes is written"
done
perl -e 'undef $/; $_ = <>; substr($_, 600, 50) = ""; print' whole.png >hole.png
half hole.png 999999
cp old kept
PATH=$PWD/bin:$PATH seg-plot -x budget -y mean -o kept t.tsv 2>err
is "$? $(<kept)" "74 old" "$f of gnuplot with a gap: the old image stays"
half whole.png 999999 'echo >&2; echo "line 3: no such thing" >&2; exit 1'
PATH=$PWD/bin:$PATH seg-plot -x budget -y mean -o kept t.tsv 2>err
is "$? $(<kept)" "70 old" "a failure of gnuplot: the old image stays"
like "$(<err)" "gnuplot failed .wait status 256.: line 3: no such thing" \
    "a failure of gnuplot: its message is quoted"
half whole.png 999999 'echo "no font" >&2'
status_is 0 "a warning of gnuplot: the plot is drawn" \
    env PATH="$PWD/bin:$PATH" seg-plot -x budget -y mean -o kept t.tsv
is "$(<.err)" "seg-plot: warning: gnuplot: no font" \
    "a warning of gnuplot: its message is quoted"
rm bin/gnuplot

status_is 73 "a missing TMPDIR is refused" \
    env TMPDIR="$PWD/nowhere" seg-plot -x budget -y mean -o kept t.tsv
mkdir small
if unshare -m true 2>/dev/null; then
    echo old >kept
    TMPDIR=$PWD/small unshare -m bash -c 'mount -t tmpfs -o size=8k none small &&
        exec seg-plot -x budget -y mean -o kept t.tsv' 2>err
    is "$? $(<kept)" "74 old" "a full TMPDIR: the old image stays"
else
    skip "a full TMPDIR: the old image stays" "no right to mount one"
fi
if [ -w /dev/full ]; then
    seg-plot -x budget -y mean t.tsv >/dev/full 2>/dev/null
    is $? 74 "a full device is noticed"
fi
done_testing
