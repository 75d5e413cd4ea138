#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

tensor()
{
    perl "$root/tests/tensor.pl" "$@"
}

seg-net unet --width 8 --depth 2 --classes 3 -o a.net
seg-init -s 1 a.net -o a.st
seg-init -s 1 a.net | cmp -s - a.st
ok $? "the same seed gives the same bytes"
seg-init -s 1 <a.net | seg-diff -q - a.st
ok $? "standard input gives the same bytes"
seg-init -s 2 a.net -o b.st
tensor a.st down.1.0.0.weight | cmp -s - <(tensor b.st down.1.0.0.weight)
ok $((!$?)) "another seed gives other weights"
seg-net unet --width 8 --depth 2 --classes 5 | seg-init -s 1 -o five.st
tensor a.st down.1.0.0.weight | cmp -s - <(tensor five.st down.1.0.0.weight)
ok $? "a weight of one name is equal in two networks"
is "$(tensor --shape a.st down.1.0.0.weight)" "F32 16,8,3,3" \
    "a weight has the shape of PyTorch"
is "$(tensor --shape a.st up.0.weight)" "F32 16,8,2,2" \
    "a transposed weight has the shape of PyTorch"

# moments FILE NAME: mean, variance, maximum
moments()
{
    tensor "$@" | perl -e 'local $/; my @x = unpack "f<*", <STDIN>;
        my ($s, $q, $m) = (0, 0, 0);
        for (@x) { $s += $_; $q += $_ * $_; $m = abs if abs > $m }
        printf "%.4f %.4f %.4f\n", $s / @x, $q / @x, $m'
}
near()
{
    perl -e 'exit !(abs($ARGV[0] - $ARGV[1]) <= $ARGV[2])' "$@"
}
seg-net unet --width 32 --depth 2 | tee wide.net | seg-init -o wide.st
set -- $(moments wide.st down.1.0.0.weight)
near "$1" 0 0.004 && near "$2" 0.00347 0.0002
ok $? "he: a normal distribution of variance 2 / (64 * 9), seen $2"
near "$3" 0.1 0.03 || [ "$(perl -e "print $3 > 0.13")" = 1 ]
ok $? "he: tails of a normal distribution, seen $3"
seg-init --init xavier wide.net -o xavier.st
set -- $(moments xavier.st down.1.0.0.weight)
near "$2" 0.002315 0.0001 && near "$3" 0.08333 0.0005
ok $? "xavier: a uniform distribution of variance 2 / (96 * 9), seen $2 up to $3"
# A convolution with std is normal for any --init, and keeps its numbers.
sed '/^down[.]1[.]0[.]0 /s/$/ std=0.01/' wide.net >std.net
seg-init --init xavier std.net -o std.st
set -- $(moments std.st down.1.0.0.weight)
near "$2" 0.0001 0.00001 && near "$3" 0.04 0.01
ok $? "std=0.01: a normal distribution of variance 0.0001, seen $2 up to $3"
seg-init std.net -o std_he.st
is "$(moments std_he.st down.1.0.0.weight)" "$*" "std: --init has no effect"
is "$(moments std.st down.1.1.0.weight)" "$(moments xavier.st down.1.1.0.weight)" \
    "std: other weights are as without it"
is "$(moments a.st classifier.bias)" "0.0000 0.0000 0.0000" "a bias is 0"
is "$(moments a.st down.0.0.1.running_var)" "1.0000 1.0000 1.0000" \
    "running variances are 1"

# Metadata of the model.
is "$(seg-info --meta seg.net a.st)" "$(cat a.net)" "the model has the network text"
is "$(seg-info --meta seg.std a.st | cut -c 1-6)" 58.395 \
    "the default deviation is that of ImageNet"
is "$(seg-init --mean 1,2,3 --std 4 a.net | seg-info --meta seg.mean)" 1,2,3 \
    "--mean is stored"
is "$(seg-init --mean 1,2,3 --std 4 a.net | seg-info --meta seg.std)" 4,4,4 \
    "--std is stored"
is "$(seg-net unet --bands 1 | seg-init | seg-info --meta seg.mean)" 127.5 \
    "the default mean of one band is 127.5"
seg-synth -n 3 --size 32 | seg-stat >stat.tsv
seg-init --stat stat.tsv a.net -o stat.st
is "$(seg-info --meta seg.mean stat.st | tr , '\n' | xargs printf '%.3f ')" \
    "$(awk '$1 == "band" { printf "%.3f ", $5 }' stat.tsv)" \
        "--stat: the mean is that of the table"
status_is 64 "--mean with two numbers for three bands is refused" \
    seg-init --mean 1,2 a.net
status_is 64 "--mean with a word is refused" seg-init --mean 1,x,2 a.net
status_is 64 "--std 0 is refused" seg-init --std 0 a.net
seg-net unet --bands 2 -o two.net
status_is 65 "--stat of another number of bands is refused" \
    seg-init --stat stat.tsv two.net

# Weights from a file.
seg-init -s 2 -w a.st a.net -o c.st 2>err
like "$(cat err)" "a.st: 34 loaded, 0 missing \(-\), 0 left over \(-\)" \
    "-w: loaded, missing and unused weights are reported"
seg-diff -q a.st c.st
ok $? "-w: all weights are those of the file"
seg-init -q -s 2 -w a.st a.net -o c.st 2>err
is "$(cat err)" "" "-q: there is no report"
seg-init -s 2 --prefix down.0. --add-prefix down.0. -w a.st a.net -o d.st 2>err
like "$(cat err)" "10 .*" "--prefix: only names with the prefix are loaded"
tensor d.st down.0.1.0.weight | cmp -s - <(tensor a.st down.0.1.0.weight) &&
    tensor d.st down.1.1.0.weight | cmp -s - <(tensor b.st down.1.1.0.weight)
ok $? "--prefix: other weights stay random"
sed 's/down\./net.down./g; s/up\./net.up./g; s/merge\./net.merge./g; s/concat\./net.&/g
    s/pool\./net.&/g; s/classifier/net.&/' a.net >net.net
seg-init --strict -s 2 --add-prefix net. -w a.st net.net -o net.st 2>err
is $? 0 "--add-prefix loads names with another prefix"
seg-init --strict -s 3 --prefix net. -w net.st a.net 2>err | seg-diff -q - a.st
ok $? "--prefix removes that prefix again"
status_is 65 "--prefix that no name has is refused" seg-init --prefix x. -w a.st a.net
like "$(cat .err)" "nothing matched" "--prefix: no match is reported"
status_is 65 "-w: another number of classes is refused" seg-init -w five.st a.net
like "$(cat .err)" "classifier.weight.*\[5,8,1,1\]" \
    "-w: the weight of another shape is named"
status_is 0 "--lenient skips a weight of another shape" \
    seg-init --lenient -w five.st a.net
status_is 65 "--strict refuses a weight of another shape" \
    seg-init --strict --lenient -w five.st a.net
status_is 65 "--strict refuses unused weights" \
    seg-init --strict -w a.st <(grep -v ^classifier a.net)

# one_blob FILE: succeeds if the file is one safetensors blob and nothing else
one_blob()
{
    perl -0777 -ne 'my $n = unpack "Q<"; my $h = substr $_, 8, $n; my $end = 0;
        $end = $1 > $end ? $1 : $end while $h =~ /data_offsets":\[\d+,(\d+)/g;
        exit !(length == 8 + $n + $end)' "$1"
}
one_blob a.st
ok $? "a model is one safetensors blob"
is "$(grep -ao '"seg.\(end\|history\|records\)":"[^"]*"' a.st)" \
    '"seg.end":"1"
"seg.history":"seg-init 0.1.0 -s 1 a.net\n"
"seg.records":"1"' "its metadata holds END and the history"
seg-cat a.st >end.st
! one_blob end.st && seg-diff a.st end.st && seg-init -q -w end.st a.net >from_end.st &&
    seg-diff from_end.st <(seg-init -q -w a.st a.net)
ok $? "a model with END behind it is read too"
perl -0777 -pe 's/"seg.(version|hash)"/"was.$1"/g; substr($_, -1) ^= "\1"' a.st >changed.st
status_is 0 "changed weights without version and hash are accepted" \
    seg-init -w changed.st -o from_changed.st a.net
perl -0777 -pe 's/"seg.hash"/"was.hash"/' a.st >unhashed.st
status_is 65 "a model of this program without its hash is refused" \
    seg-init -w unhashed.st -o no.st a.net

size=$(stat -c %s a.st) bad=
for at in 0 7 8 $((size / 2)) $((size - 1)); do
    head -c "$at" a.st >cut.st
    seg-init -w cut.st -o part.st a.net 2>err
    [ $? = 65 ] && [ ! -e part.st ] && [ "$(wc -l <err)" = 1 ] || bad+=" $at"
done
is "$bad" "" "-w: a cut file makes no model"

status_is 65 "a table instead of a network is refused" seg-init stat.tsv
like "$(cat .err)" "stat.tsv:" "the table instead of a network is named"
status_is 65 "an empty network is refused" seg-init /dev/null
status_is 66 "a missing network is refused" seg-init nowhere.net
status_is 66 "-w: a missing file is refused" seg-init -w nowhere.st a.net
status_is 64 "two networks are refused" seg-init a.net a.net
seg-init a.net >/dev/full 2>err
is $? 74 "a full device is noticed"

# Transformers: their initialization; positions are resampled to another grid as the
# network does for images of another size.
seg-net vit-tiny --classes 4 --image 64x64 | tee vit.net |
    seg-init -s 1 -o vit.st
set -- $(moments vit.st encoder.blocks.3.mlp.fc1.weight)
near "$2" 0.0004 0.00005
ok $? "trunc: a variance of 0.02 squared, seen $2"
set -- $(moments vit.st decoder.proj_patch)
near "$2" 0.0052 0.0003
ok $? "projections: a variance of 1 / 192, seen $2"
is "$(tensor --shape vit.st encoder.blocks.3.attn.qkv.weight)" "F32 576,192,1,1" \
    "queries, keys and values are one weight"
seg-net vit-tiny --classes 4 --image 48x32 | seg-init -s 2 -w vit.st \
    -o small.st 2>err
like "$(cat err)" "0 missing .*, 0 left over" \
    "positions of another grid: all weights are loaded"
is "$(tensor --shape small.st encoder.pos_embed)" "F32 1,7,192" \
    "positions of another grid: the shape is that of the network"
seg-synth -q -n 2 --size 48x32 >scene.st
seg-predict -q -m vit.st --copy none scene.st | seg-diff -q - <(seg-predict -q -m small.st --copy none scene.st)
ok $? "positions of another grid: the prediction at that size is equal"

like "$(cat err)" "of a grid of 4 x 4 became those of 3 x 2" \
    "positions of another grid: the resampling is reported"

# The network text has the grid of a model: 8 x 2 positions are not 4 x 4.
for tokens in class distilled none; do
    net="seg-net vit-tiny --classes 4 --tokens $tokens --image"
    $net 128x32 | seg-init -s 1 -o oblong.st
    $net 64x64 | seg-init -q -s 2 --strict -w oblong.st -o square.st
    is $? 0 "tokens $tokens: positions of an oblong grid are loaded"
    seg-synth -q -n 1 --size 64x64 >scene.st
    seg-predict -q -m oblong.st --copy none scene.st |
        seg-diff -q - <(seg-predict -q -m square.st --copy none scene.st)
    ok $? "tokens $tokens: the prediction of an oblong grid is equal"
done

# Other files have no grid: it is taken to be square if possible, even if an oblong
# grid has the same number of positions.  Row + 8 column is resampled exactly.
grid() # SIDE: the positions of a token, then of SIDE x SIDE places
{
    perl -e '$n = shift; print join ",", (99) x 192,
        map { (int($_ / $n) + 8 * ($_ % $n)) x 192 } 0 .. $n * $n - 1' "$1"
}
perl "$root/tests/record.pl" "pos_embed=F32:1,37,192:$(grid 6)" >plain.safetensors
seg-net vit-tiny --image 144x64 | tee oblong.net |
    seg-init --add-prefix encoder. -w plain.safetensors -o plain.st 2>err
like "$(cat err)" "1 loaded.*of a grid of 6 x 6 became those of 9 x 4" \
    "positions of a grid of another shape are resampled"
numbers plain.st encoder.pos_embed | perl -e '
    sub at { my ($i, $n) = @_; my $x = ($i + .5) * 6 / $n - .5;
        $x < 0 ? 0 : $x > 5 ? 5 : $x }
    my @x = <STDIN>; my $bad = grep $_ != 99, splice @x, 0, 192;
    for my $i (0 .. $#x) { my $t = int($i / 192);
        $bad += abs($x[$i] - at(int($t / 9), 4) - 8 * at($t % 9, 9)) > 1e-4 }
    exit !(@x == 36 * 192 && !$bad)'
ok $? "positions after a class token are resampled"
for tokens in distilled none; do
    status_is 65 "37 positions with tokens=$tokens are refused" seg-init -o no.st \
        --add-prefix encoder. -w plain.safetensors <(seg-net vit-tiny --tokens $tokens)
    like "$(cat .err)" "pos_embed is \[1,37,192\]" \
        "37 positions with tokens=$tokens are named"
done

# A file of timm: its names, linear layers as matrices, a head that classifies
# images.
seg-net vit-tiny --decoder linear --classes 30 | seg-init -s 3 -o whole.st
perl -0777 -e 'local $/; my $s = <STDIN>; my $n = unpack "Q<", $s;
    my $h = substr $s, 8, $n; my $end = 0;
    $h =~ s/,?"__metadata__":\{([^"}]|"([^"\\]|\\.)*")*\},?/</;
    $h =~ s/\{</{/; $h =~ s/<\}/}/; $h =~ s/</,/;
    $h =~ s/"(encoder|decoder)\./"/g; $h =~ s/,1,1\]/]/g;
    $end = $1 > $end ? $1 : $end while $h =~ /data_offsets":\[\d+,(\d+)/g;
    print pack("Q<", length $h), $h, substr $s, 8 + $n, $end' \
    <whole.st >timm.safetensors
is "$(tensor --shape timm.safetensors blocks.0.attn.qkv.weight)" "F32 576,192" \
    "a file with the names of timm has its shapes"
seg-net vit-tiny --classes 4 | tee four.net |
    seg-init -s 4 --add-prefix encoder. -w timm.safetensors -o four.st 2>err
like "$(cat err)" "150 loaded, 33 missing \(decoder[^)]*\), 2 left over \(encoder.head" \
    "a file with the names of timm is loaded into the encoder"
bad=
for t in cls_token pos_embed patch_embed.proj.weight blocks.11.attn.qkv.weight norm.bias; do
    tensor four.st encoder.$t | cmp -s - <(tensor timm.safetensors $t) || bad+=" $t"
done
is "$bad" "" "weights of timm are unchanged"
status_is 65 "--strict refuses weights without the decoder" \
    seg-init --strict --add-prefix encoder. -w timm.safetensors four.net
seg-pick --drop 'head.*' timm.safetensors >backbone.st
seg-net vit-tiny --head none | tee backbone.net |
    seg-init -q --strict --add-prefix encoder. -w backbone.st -o backbone.out.st
is $? 0 "--strict accepts weights if both heads are left out"

# Weights that are not finite.
perl "$root/tests/record.pl" classifier.bias=F32:3:nan >nan.safetensors
status_is 65 "-w: weights that are not finite are refused" \
    seg-init -w nan.safetensors -o no.st a.net
like "$(cat .err)" "nan.safetensors: tensor classifier.bias .*not finite" \
    "-w: the weight that is not finite is named"
[ ! -e no.st ]
ok $? "-w: weights that are not finite make no model"

# Bands: the sum over them is kept, or new ones are zero.
seg-net resnet18 | tee resnet.net | seg-init -s 1 -o rgb.st
sums() # FILE BANDS
{
    tensor "$1" backbone.conv1.weight | perl -e 'local $/;
        my @x = unpack "f<*", <STDIN>; my $n = shift;
        for my $k (0 .. 63) { for my $q (0 .. 48) { my $s = 0;
            $s += $x[($k * $n + $_) * 49 + $q] for 0 .. $n - 1;
            printf "%.4f\n", $s } }' "$2"
}
for fill in mean repeat zero; do
    seg-init -q --bands 6 --fill $fill -w rgb.st --strict resnet.net -o six.st
    is "$(tensor --shape six.st backbone.conv1.weight)" "F32 64,6,7,7" \
        "six bands, $fill: the first kernel has six channels"
    [ "$(sums six.st 6 | sed 's/^-0.0000/0.0000/')" = \
        "$(sums rgb.st 3 | sed 's/^-0.0000/0.0000/')" ]
    ok $? "six bands, $fill: a gray image has the output of three bands"
done
is "$(tensor six.st backbone.conv1.weight | perl -e 'local $/;
    my @x = unpack "f<*", <STDIN>;
    print scalar grep $_ == 0, @x[3 * 49 .. 6 * 49 - 1]')" 147 "--fill zero: the new channels are zero"
is "$(seg-info --meta seg.net six.st | grep ' input ' | tr -s ' ')" \
    "image input - c=6" "six bands: the network text has six channels"
for fill in mean zero; do # nor does padding stand between
    seg-init -q --bands 5 --fill $fill -w backbone.st --add-prefix encoder. \
        --strict backbone.net -o five.st
    tensor five.st encoder.patch_embed.proj.weight | perl -e 'local $/;
        open my $f, "<", shift; my @w = unpack "f<*", <$f>; my $bad = 0;
        my @x = unpack "f<*", <STDIN>; my $q = 16 * 16;
        for (my $i = 0; $i < 192 * $q; $i += 11) { my ($k, $p) = (int($i / $q), $i % $q);
            my $s = my $t = 0; $s += $x[($k * 5 + $_) * $q + $p] for 0 .. 4;
            $t += $w[($k * 3 + $_) * $q + $p] for 0 .. 2;
            $bad += abs($s - $t) > 1e-6 } exit !(@x == 5 * 192 * $q && !$bad)' \
        <(tensor backbone.st patch_embed.proj.weight)
    ok $? "patches of five bands, $fill: a gray image has the output of three bands"
done
for blank in ' ' '\t'; do
    printf 'image input -\tc=3# c=1\na conv image c=4%bk=1\n' "$blank" |
        seg-init --bands 7 | seg-info --meta seg.net >text
    is "$(sed -n 1p text)" "image input -	c=7# c=1" \
        "another number of bands: tabs and comments of the text stay"
    is "$(sed -n 2p text | tr '\t' ' ')" "a conv image c=4 k=1" \
        "another number of bands: channels of other nodes stay"
done
status_is 65 "another number of bands without --fill is refused" \
    seg-init -w rgb.st <(seg-net resnet18 --bands 6)

weights=$data/weights_cifar_resnet
if [ -n "$data" ]; then
    for n in 20-12fca82f 56-4bfd9763; do
        seg-net resnet${n%-*}-cifar |
            seg-init --strict -w "$weights/resnet$n.safetensors" -o cifar.st \
                2>err
        is $? 0 "ResNet-${n%-*} of CIFAR-10 is loaded"
        like "$(cat err)" ", 0 missing .*, 0 left over" \
            "ResNet-${n%-*} of CIFAR-10: no weight is missing or unused"
        tensor cifar.st linear.weight | cmp -s - \
            <(tensor "$weights/resnet$n.safetensors" linear.weight)
        ok $? "ResNet-${n%-*} of CIFAR-10: the weights are those of the file"
    done
else
    skip "weights of CIFAR-10 are loaded" "no ../shared/data"
fi
done_testing
