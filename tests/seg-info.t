#!/usr/bin/env bash
# seg-info: tables of streams and models.
. "$(dirname "$0")/lib.sh"

seg-synth -n 3 -s 1 --size 20x16 -o small.st
seg-synth -n 1 -s 1 --first 9 --size 30x16 -o wide.st
seg-cat small.st wide.st -o both.st

is "$(seg-info both.st | grep -v 'seg.palette')" \
    "records   4, 0.00576 MB
keys      synth/00000 to synth/00009
tensor    image [16,20..30,3] u8, in 4
tensor    label [16,20..30] u8, in 4
meta      seg.classes: $(seg-info --meta seg.classes small.st | head -n 1 | tr '\t' ' ')
meta      seg.ignore: 255
history   seg-synth 0.1.0 -n 3 -s 1 --size 20x16
history   seg-synth 0.1.0 -n 1 -s 1 --first 9 --size 30x16
history   seg-cat 0.1.0 small.st wide.st" \
    "the table has records, tensors, metadata and history"
is "$(seg-info both.st)" "$(cat both.st | seg-info)" "a pipe gives the same table"
is "$(seg-info -l both.st | tail -n 1)" \
    "4	synth/00009	image [16,30,3] u8, label [16,30] u8" "-l: one line for each record"
is "$(seg-info --meta seg.key small.st | xargs)" \
    "synth/00000 synth/00001 synth/00002" "--meta prints the value of each record"
is "$(seg-info --meta nothing small.st)" "" "--meta of an absent key prints nothing"

perl "$root/tests/tensor.pl" wide.st label | perl -0777 -ne '
    my @x = sort { $a <=> $b } unpack "C*";
    my $sum = 0;
    $sum += $_ for @x;
    printf "1\tsynth/00009\tlabel\t[16,30] u8\t%d\t%.6g\t%d\n",
        $x[0], $sum / @x, $x[-1]' >want
is "$(seg-info --tensors wide.st | grep label)" "$(cat want)" \
    "--tensors prints minimum, mean and maximum"
seg-pick --invert --from 1 small.st -o none.st
is "$(seg-info none.st | head -n 1)" "records   0, 0 MB" \
    "a stream of 0 records is reported as 0 records"

# ---- models ----

seg-net unet --width 4 --depth 2 --classes 5 >net.txt
seg-init net.txt -s 1 -o model.st
is "$(seg-info --meta seg.net model.st)" "$(cat net.txt)" \
    "--meta seg.net prints the network"
seg-info -a model.st >table
numbers=$(seg-info --tensors model.st | perl -ne '
    next if /running_/;
    my ($shape) = /\[([\d,]*)\]/;
    my $n = 1;
    $n *= $_ for split /,/, $shape;
    $sum += $n;
    END { print $sum }')
like "$(grep ^model table)" ", $numbers trained numbers, 3 channels" \
    "a model has its number of trained weights"
is "$(grep -c ^tensor table)" "$(seg-info --tensors model.st | wc -l)" \
    "--all lists all tensors"
# memory WxH BATCH training|predicting: MB
memory()
{
    seg-info --size "$1" --batch "$2" model.st |
        sed -n "s/^memory  *$3: \([0-9.]*\) MB.*/\1/p"
}
more()
{
    perl -e 'exit !(@ARGV == 2 && $ARGV[0] > $ARGV[1] && $ARGV[1] > 0)' "$@"
}
more "$(memory 256x256 1 predicting)" "$(memory 64x64 1 predicting)"
ok $? "--size: larger images need more memory"
more "$(memory 64x64 4 training)" "$(memory 64x64 1 training)"
ok $? "--batch: larger batches need more memory"
more "$(memory 128x128 4 training)" "$(memory 128x128 4 predicting)"
ok $? "training needs more memory than predicting"
status_is 71 "--mem-limit is kept" \
    seg-info --size 512x512 --batch 8 --mem-limit 10M model.st
status_is 65 "--size of a stream that is no model is refused" \
    seg-info --size 64 small.st
like "$(cat .err)" "small.st: no model" "the stream that is no model is named"

keeps_contract "seg-info" both.st seg-info -l
done_testing
