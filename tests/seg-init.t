#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

tensor()
{
    perl "$root/tests/tensor.pl" "$@"
}

seg-net unet --width 8 --depth 2 --classes 3 -o a.net
seg-init -s 1 a.net -o a.st
seg-init -s 1 a.net | cmp -s - a.st
ok $? "the same seed, the same bytes"
seg-init -s 1 <a.net | seg-diff -q - a.st
ok $? "from standard input as well"
seg-init -s 2 a.net -o b.st
tensor a.st down.1.0.0.weight | cmp -s - <(tensor b.st down.1.0.0.weight)
ok $((!$?)) "another seed, other weights"
seg-net unet --width 8 --depth 2 --classes 5 | seg-init -s 1 -o five.st
tensor a.st down.1.0.0.weight | cmp -s - <(tensor five.st down.1.0.0.weight)
ok $? "weights of one name agree in two networks"
is "$(tensor --shape a.st down.1.0.0.weight)" "F32 16,8,3,3" "PyTorch's shape"
is "$(tensor --shape a.st up.0.weight)" "F32 16,8,2,2" "transposed as well"

# moments FILE NAME: mean, variance, largest
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
ok $? "he: normal, variance 2 / (64 * 9), seen $2"
near "$3" 0.1 0.03 || [ "$(perl -e "print $3 > 0.13")" = 1 ]
ok $? "with tails: $3"
seg-init --init xavier wide.net -o xavier.st
set -- $(moments xavier.st down.1.0.0.weight)
near "$2" 0.002315 0.0001 && near "$3" 0.08333 0.0005
ok $? "xavier: uniform, variance 2 / (96 * 9), seen $2 up to $3"
is "$(moments a.st classifier.bias)" "0.0000 0.0000 0.0000" "bias 0"
is "$(moments a.st down.0.0.1.running_var)" "1.0000 1.0000 1.0000" "variance 1"

# What stands in the model.
is "$(seg-info --meta seg.net a.st)" "$(cat a.net)" "the text"
is "$(seg-info --meta seg.std a.st | cut -c 1-6)" 58.395 "ImageNet's deviations"
is "$(seg-init --mean 1,2,3 --std 4 a.net | seg-info --meta seg.mean)" 1,2,3 \
    "--mean"
is "$(seg-init --mean 1,2,3 --std 4 a.net | seg-info --meta seg.std)" 4,4,4 \
    "--std"
is "$(seg-net unet --bands 1 | seg-init | seg-info --meta seg.mean)" 127.5 \
    "one band"
seg-synth -n 3 --size 32 | seg-stat >stat.tsv
seg-init --stat stat.tsv a.net -o stat.st
is "$(seg-info --meta seg.mean stat.st | tr , '\n' | xargs printf '%.3f ')" \
    "$(awk '$1 == "band" { printf "%.3f ", $5 }' stat.tsv)" "--stat"
status_is 64 "--mean of two" seg-init --mean 1,2 a.net
status_is 64 "--mean of words" seg-init --mean 1,x,2 a.net
status_is 64 "--std 0" seg-init --std 0 a.net
seg-net unet --bands 2 -o two.net
status_is 65 "--stat of another number of bands" seg-init --stat stat.tsv two.net

# Weights from a file.
seg-init -s 2 -w a.st a.net -o c.st 2>err
like "$(cat err)" "a.st: 34 loaded, 0 missing \(-\), 0 left over \(-\)" "report"
seg-diff -q a.st c.st
ok $? "all weights come from the file"
seg-init -q -s 2 -w a.st a.net -o c.st 2>err
is "$(cat err)" "" "no report with -q"
seg-init -s 2 --prefix down.0. --add-prefix down.0. -w a.st a.net -o d.st 2>err
like "$(cat err)" "10 .*" "names with a prefix alone"
tensor d.st down.0.1.0.weight | cmp -s - <(tensor a.st down.0.1.0.weight) &&
    tensor d.st down.1.1.0.weight | cmp -s - <(tensor b.st down.1.1.0.weight)
ok $? "the rest stays random"
sed 's/down\./net.down./g; s/up\./net.up./g; s/merge\./net.merge./g; s/concat\./net.&/g
    s/pool\./net.&/g; s/classifier/net.&/' a.net >net.net
seg-init --strict -s 2 --add-prefix net. -w a.st net.net -o net.st 2>err
is $? 0 "--add-prefix"
seg-init --strict -s 3 --prefix net. -w net.st a.net 2>err | seg-diff -q - a.st
ok $? "--prefix undoes it"
status_is 65 "a prefix that no name has" seg-init --prefix x. -w a.st a.net
like "$(cat .err)" "nothing matched" "is told"
status_is 65 "another number of classes" seg-init -w five.st a.net
like "$(cat .err)" "classifier.weight.*\[5,8,1,1\]" "is named with its shape"
status_is 0 "is passed over with --lenient" seg-init --lenient -w five.st a.net
status_is 65 "but not with --strict" seg-init --strict --lenient -w five.st a.net
status_is 65 "left over with --strict" \
    seg-init --strict -w a.st <(grep -v ^classifier a.net)

size=$(stat -c %s a.st) bad=
for at in 0 7 8 $((size / 2)) $((size - 1)); do
    head -c "$at" a.st >cut.st
    seg-init -w cut.st -o part.st a.net 2>err
    [ $? = 65 ] && [ ! -e part.st ] && [ "$(wc -l <err)" = 1 ] || bad+=" $at"
done
is "$bad" "" "a cut file of weights gives no model"

status_is 65 "not a network" seg-init stat.tsv
like "$(cat .err)" "stat.tsv:" "is named"
status_is 65 "nothing" seg-init /dev/null
status_is 66 "no such text" seg-init nowhere.net
status_is 66 "no such weights" seg-init -w nowhere.st a.net
status_is 64 "two texts" seg-init a.net a.net
seg-init a.net >/dev/full 2>err
is $? 74 "a full device"

# Transformers: initialised as such, and their positions put on another grid,
# where the network itself puts them for pictures of another size.
seg-net vit-tiny --classes 4 --picture 64x64 | tee vit.net |
    seg-init -s 1 -o vit.st
set -- $(moments vit.st encoder.blocks.3.mlp.fc1.weight)
near "$2" 0.0004 0.00005
ok $? "trunc: variance 0.02 squared, seen $2"
set -- $(moments vit.st decoder.proj_patch)
near "$2" 0.0052 0.0003
ok $? "projections: variance 1 / 192, seen $2"
is "$(tensor --shape vit.st encoder.blocks.3.attn.qkv.weight)" "F32 576,192,1,1" \
    "queries, keys and values in one"
seg-net vit-tiny --classes 4 --picture 48x32 | seg-init -s 2 -w vit.st \
    -o small.st 2>err
like "$(cat err)" "0 missing .*, 0 left over" "weights for another grid load"
is "$(tensor --shape small.st encoder.pos_embed)" "F32 1,7,192" "and fit"
seg-synth -q -n 2 --size 48x32 >scene.st
seg-predict -q -m vit.st scene.st | seg-diff -q - <(seg-predict -q -m small.st scene.st)
ok $? "and predict the same for pictures of that size"

# Bands: the sum over them stays, or what is not known is zero.
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
        "six bands, $fill"
    [ "$(sums six.st 6 | sed 's/^-0.0000/0.0000/')" = \
        "$(sums rgb.st 3 | sed 's/^-0.0000/0.0000/')" ]
    ok $? "a grey picture makes what it made"
done
is "$(tensor six.st backbone.conv1.weight | perl -e 'local $/;
    my @x = unpack "f<*", <STDIN>;
    print scalar grep $_ == 0, @x[3 * 49 .. 6 * 49 - 1]')" 147 "zero is zero"
is "$(seg-info --meta seg.net six.st | grep ' input ' | tr -s ' ')" \
    "image input - c=6" "and the text says so"
status_is 65 "other bands, unasked" \
    seg-init -w rgb.st <(seg-net resnet18 --bands 6)

weights=$data/weights_cifar_resnet
if [ -n "$data" ]; then
    for n in 20-12fca82f 56-4bfd9763; do
        seg-net resnet${n%-*}-cifar |
            seg-init --strict -w "$weights/resnet$n.safetensors" -o cifar.st \
                2>err
        is $? 0 "ResNet-${n%-*} of CIFAR-10 loads"
        like "$(cat err)" ", 0 missing .*, 0 left over" "to the last weight"
        tensor cifar.st linear.weight | cmp -s - \
            <(tensor "$weights/resnet$n.safetensors" linear.weight)
        ok $? "and is what the file says"
    done
else
    skip "weights of CIFAR-10" "no ../shared/data"
fi
done_testing
