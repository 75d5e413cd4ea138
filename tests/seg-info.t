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
like "$(grep ^model table)" ", $numbers weights, 3 channels" \
    "a model has its number of weights"
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

# --format json
seg-synth -q -n 3 --size 20x16 -s 1 -o json.st
status_is 0 "--format json succeeds" seg-info --format json json.st -o info.json
perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>);
    print "$d->{records} $d->{bytes} $d->{first} $d->{last}\n";
    for (sort { $a->{name} cmp $b->{name} } @{$d->{tensor}}) {
        local $" = ",";
        print "$_->{name} $_->{type} @{$_->{smallest}} @{$_->{largest}} $_->{records}\n";
    }
    print scalar(split /\t/, $d->{meta}{"seg.classes"}), "\n", "@{$d->{history}}\n"' \
    <info.json >seen
is "$(cat seen)" "3 3840 synth/00000 synth/00002
image U8 16,20,3 16,20,3 3
label U8 16,20 16,20 3
8
seg-synth 0.1.0 -n 3 --size 20x16 -s 1" "--format json has records, tensors, metadata and history"
seg-net unet --width 4 | seg-init -q | seg-info -f json |
    perl -MJSON::PP -e 'local $/; print decode_json(<STDIN>)->{meta}{"seg.net"}' >seen
is "$(cat seen)" "$(seg-net unet --width 4)" "--format json has the text of a network"
seg-pick --invert --from 1 json.st | seg-info -f json | grep -q '"records": 0'
ok $? "--format json of a stream without records"
for option in -l --tensors "--meta seg.key" "--size 64"; do
    status_is 64 "--format json and $option are refused" seg-info -f json $option json.st
done
done_testing
