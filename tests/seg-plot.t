#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

nl=$'\n'
printf 'budget\tmethod\tmean\tsd\n' >t.tsv
printf '23\tce\t0.25\t0.02\n46\tce\t0.31\t-\n23\twithin\t0.3\t0.01\n' >>t.tsv
printf "46\tit's \$0 \`id\`\t0.36\t0.01\n92\twithin\t-\t-\n" >>t.tsv

status_is 64 "columns must be named" seg-plot t.tsv
status_is 65 "a column that is not there" seg-plot -x budget -y iou t.tsv
like "$(cat .err)" "t.tsv: no column iou" "is named"
status_is 65 "nor in a pipe" seg-plot --x budget --y iou -o x.png - <t.tsv
like "$(cat .err)" "stdin: no column iou" "is named as well"
status_is 65 "words across, without --bars" seg-plot -x method -y mean t.tsv
like "$(cat .err)" "t.tsv:2: column method: 'ce' is not a number" "names the line"
printf 'a\tb\n1\n' >ragged.tsv
status_is 65 "a row too short" seg-plot -x a -y b ragged.tsv
status_is 66 "no such file" seg-plot -x a -y b nowhere.tsv
mkdir bin
status_is 69 "without gnuplot" env PATH="$dir/bin" "$(type -p seg-plot)" \
    -x budget -y mean t.tsv -o none.png
like "$(cat .err)" "gnuplot is not installed" "says what to install"
[ ! -e none.png ]
ok $? "and leaves no picture"

if ! type gnuplot >/dev/null 2>&1; then
    skip "drawing" "no gnuplot"
    done_testing
fi
status_is 0 "curves" seg-plot -x budget -y mean -b method -e sd --log-x \
    -o curves.png t.tsv
is "$(head -c 8 curves.png | od -An -tx1)" " 89 50 4e 47 0d 0a 1a 0a" "are a PNG"
is "$(od -An -j16 -N8 -tu1 curves.png | tr -s ' ')" " 0 0 2 208 0 0 1 224" \
    "of 720x480"
seg-plot -x budget -y mean -b method -e sd --log-x <t.tsv >again.png
same again.png curves.png "the same bytes again"
status_is 0 "bars as SVG" seg-plot --bars -x method -y mean -f svg \
    --title "it's 100%" --size 300x200 -o bars.svg t.tsv
like "$(cat bars.svg)" "it.{1,5}s 100%" "with its title"
like "$(cat bars.svg)" '\$0 `id`' "words of the table are only words"
printf 'confidence\taccuracy\n0.6\t0.5\n0.9\t0.7\n' >bins.tsv
seg-plot -x confidence -y accuracy -f svg bins.tsv >plain.svg
status_is 0 "a reliability diagram" seg-plot --diagonal -x confidence \
    -y accuracy -f svg -o diagonal.svg bins.tsv
is "$(grep -c 'id="gnuplot_plot' plain.svg; grep -c 'id="gnuplot_plot' diagonal.svg)" \
    "1${nl}2" "has one line more"
if [ -w /dev/full ]; then
    seg-plot -x budget -y mean t.tsv >/dev/full 2>/dev/null
    is $? 74 "a full device"
fi
done_testing
