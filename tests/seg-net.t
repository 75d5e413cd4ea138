#!/usr/bin/env bash
. "$(dirname "$0")/lib.sh"

# A small network, line by line.
is "$(seg-net unet --width 4 --depth 2 --classes 3 | grep -v '^#' | tr -s ' ')" \
    "image input - c=3
down.0.0.0 conv image c=4 k=3
down.0.0.1 bn down.0.0.0 act=relu
down.0.1.0 conv down.0.0.1 c=4 k=3
down.0.1.1 bn down.0.1.0 act=relu
pool.0 maxpool down.0.1.1 k=2 s=2
down.1.0.0 conv pool.0 c=8 k=3
down.1.0.1 bn down.1.0.0 act=relu
down.1.1.0 conv down.1.0.1 c=8 k=3
down.1.1.1 bn down.1.1.0 act=relu
up.0 tconv down.1.1.1 c=4 k=2 s=2 bias=1 like=down.0.1.1
concat.0 concat up.0,down.0.1.1
merge.0.0.0 conv concat.0 c=4 k=3
merge.0.0.1 bn merge.0.0.0 act=relu
merge.0.1.0 conv merge.0.0.1 c=4 k=3
merge.0.1.1 bn merge.0.1.0 act=relu
classifier conv merge.0.1.1 c=3 k=1 bias=1" "a U-Net of two levels"

is "$(seg-net unet-hu --width 4 --depth 2 --bands 1 --classes 3 | grep -v '^#' |
    tr -s ' ')" \
    "image input - c=1
down.0.0.0 conv image c=4 k=3
down.0.0.1 instance_norm down.0.0.0 act=leaky_relu
down.0.1.0 conv down.0.0.1 c=4 k=3
down.0.1.1 instance_norm down.0.1.0 act=leaky_relu
pool.0 maxpool down.0.1.1 k=2 s=2
down.1.0.0 conv pool.0 c=8 k=3
down.1.0.1 instance_norm down.1.0.0 act=leaky_relu
down.1.1.0 conv down.1.0.1 c=8 k=3
down.1.1.1 instance_norm down.1.1.0 act=leaky_relu
pool.1 maxpool down.1.1.1 k=2 s=2
center.0 conv pool.1 c=16 k=3 bias=1 act=relu
center.1 conv center.0 c=16 k=3 bias=1 act=relu
center.up tconv center.1 c=8 k=2 s=2 bias=1 like=down.1.1.1
center.2 relu center.up
concat.0 concat center.2,down.1.1.1
up.0.0 conv concat.0 c=8 k=3 bias=1 act=leaky_relu
up.0.1 conv up.0.0 c=8 k=3 bias=1 act=leaky_relu
up.0.2 tconv up.0.1 c=4 k=2 s=2 bias=1 like=down.0.1.1
concat.1 concat up.0.2,down.0.1.1
up.1.0 conv concat.1 c=4 k=3 bias=1 act=leaky_relu
up.1.1 conv up.1.0 c=4 k=3 bias=1 act=leaky_relu
classifier conv up.1.1 c=3 k=1 bias=1" "the U-Net of Hu et al. of two levels"
is "$(seg-net unet-hu | awk '/^(down|center|up).* k=3/ { print $4 }' | uniq |
    xargs)" "c=64 c=128 c=256 c=512 c=1024 c=512 c=256 c=128 c=64" \
    "its channels by default"

blocks_of()
{
    seg-net unet --depth 1 --width 20 "$@" | sed -n '/^down.0.0/p' | tr -s ' '
}
is "$(blocks_of --norm in --activation leaky_relu)" \
    "down.0.0.0 conv image c=20 k=3
down.0.0.1 instance_norm down.0.0.0 affine=1 act=leaky_relu" "--norm in"
is "$(blocks_of --norm gn)" \
    "down.0.0.0 conv image c=20 k=3
down.0.0.1 group_norm down.0.0.0 groups=5 act=relu" "--norm gn"
is "$(blocks_of --norm none --activation leaky_relu)" \
    "down.0.0.0 conv image c=20 k=3 bias=1 act=leaky_relu" "--norm none"
is "$(blocks_of --activation leaky_relu)" \
    "down.0.0.0 conv image c=20 k=3
down.0.0.1 bn down.0.0.0
down.0.0.2 leaky_relu down.0.0.1" "batch normalization with leaky ReLU"
is "$(blocks_of --norm bn --activation relu)" "$(blocks_of)" "the defaults"

head_of()
{
    seg-net unet --depth 1 "$@" | sed -n '/^[cpo][rl].*\./p; /^classifier/p' |
        tr -s ' '
}
is "$(head_of --head paper --embedding 8 --grid 5x7)" \
    "projection.grid resize down.0.1.1 mode=nearest align=1 h=7 w=5
projection.0 conv projection.grid c=8 k=1 bias=1 act=relu
projection.1 conv projection.0 c=8 k=1 bias=1 act=relu
projection.2 conv projection.1 c=8 k=1 bias=1
projection.norm l2norm projection.2" "projection head of the paper"
is "$(head_of --head released --layers 2)" \
    "projection.grid resize down.0.1.1 mode=nearest align=1 h=64 w=64
projection.0 conv projection.grid c=256 k=1
projection.0.bn bn projection.0 act=relu
projection.1 conv projection.0.bn c=256 k=1 bias=1
projection.norm l2norm projection.1" "projection head as released"
is "$(head_of --head none)" "" "--head none prints no head"

# Numbers of weights: those of torchvision without the classifier of 1,000 classes;
# those of the CIFAR networks as given by their author.
weights()
{
    seg-net "$@" | seg-net --check - | sed 's/.* \([0-9]*\) weights.*/\1/'
}
is "$(weights resnet18 --head none)" $((11689512 - 513000)) \
    "ResNet-18 has the weights of torchvision"
is "$(weights resnet34 --head none)" $((21797672 - 513000)) \
    "ResNet-34 has the weights of torchvision"
is "$(weights resnet50 --head none)" $((25557032 - 2049000)) \
    "ResNet-50 has the weights of torchvision"
is "$(weights resnet101 --head none)" $((44549160 - 2049000)) \
    "ResNet-101 has the weights of torchvision"
# without its last convolution and classifier, with the decoder
is "$(weights efficientnet-lite0-hypercolumn --head none)" \
    $((4652008 - 412160 - 1281000 + 24192 + 221440)) \
    "EfficientNet-Lite0 has the weights of its authors"
# Without classifier and, for EfficientNet and VGG, the layers before it.
is "$(weights mobilenetv2 --head none)" $((3504872 - 1281000)) \
    "MobileNetV2 has the weights of torchvision"
is "$(weights mobilenetv3-large --head none)" \
    $((5483032 - 960 * 1280 - 1280 - 1281000)) \
    "MobileNetV3-Large has the weights of torchvision"
is "$(weights vgg16 --head none)" 14714688 "VGG-16 has the weights of torchvision"
is "$(weights vgg16-bn --head none)" $((14714688 + 2 * 4224)) \
    "VGG-16 with batch normalization has the weights of torchvision"

# Each decoder on an encoder, and each encoder with a decoder: an odd image, and
# one step of training.
seg-synth -n 2 --size 70x45 -o odd.st
for arch in mobilenetv2-{fcn,unet,deeplabv3plus,fpn,lraspp,hypercolumn,linear} \
    resnet18-{unet,hypercolumn,aspp,deeplabv2} efficientnet-lite{0-unet,1-linear,2-linear} \
    mobilenetv3-large-lraspp vgg16-linear vgg16-bn-hypercolumn; do
    seg-net $arch --classes 8 | seg-init -q -s 1 -o m.st
    seg-predict -q -m m.st --copy none odd.st | seg-info -l - >predicted
    is "$(cut -f 3 predicted | sort -u)" "pred [45,70] u8" \
        "$arch predicts at the size of an odd image"
    seg-finetune -q -m m.st --steps 1 -b 2 odd.st -o t.st &&
        ! seg-diff m.st t.st >diff && ! grep -qi nan diff
    ok $? "$arch is trained"
done
is "$(weights resnet20-cifar)" 269722 "ResNet-20 for CIFAR has 269722 weights"
is "$(weights resnet56-cifar)" 853018 "ResNet-56 for CIFAR has 853018 weights"
is "$(weights unet --bands 13)" \
    $(($(weights unet) + 10 * 32 * 9)) \
        "--bands 13: the first kernel has ten more channels"

# The small stem: a 3x3 kernel instead of 7x7; stages at 1/1 to 1/8.
is "$(($(weights resnet50 --head none) - \
    $(weights resnet50 --head none --stem small)))" $((64 * 3 * (49 - 9))) \
    "--stem small has a smaller first kernel"
is "$(seg-net resnet18 --stem small | grep -c 's=2\|maxpool')" 6 \
    "--stem small leaves three strides of 2, and three shortcuts"
is "$(seg-net resnet18 --stem large)" "$(seg-net resnet18)" "--stem large is the default"
is "$(seg-net resnet50-aspp --stem small | awk '/^aspp/ && $4 ~ /c=/ {
    print $4, $5, $6 }' | xargs)" "c=512 k=1 c=512 k=3 d=6 c=512 k=3 d=12 \
c=512 k=3 d=18 c=512 k=1 c=512 k=1" "aspp: rates 6, 12, 18, a quarter of the channels"

# DeepLabV2: the classifier is a sum; output stride 8 and all else as without it.
deeplabv2()
{
    seg-net resnet50-deeplabv2 --classes 5 "$@" | sed -n '/^classifier/,$p' |
        tr -s ' '
}
is "$(deeplabv2)" \
    "classifier.0 conv backbone.layer4.2.bn3 c=5 k=3 d=6 bias=1 std=0.01
classifier.1 conv backbone.layer4.2.bn3 c=5 k=3 d=12 bias=1 std=0.01
classifier.2 conv backbone.layer4.2.bn3 c=5 k=3 d=18 bias=1 std=0.01
classifier.3 conv backbone.layer4.2.bn3 c=5 k=3 d=24 bias=1 std=0.01
classifier add classifier.0,classifier.1,classifier.2,classifier.3
output resize classifier like=image" "deeplabv2: dilation 6, 12, 18 and 24"
is "$(deeplabv2 --branches 4)" "$(deeplabv2)" "--branches 4 is the default"
is "$(deeplabv2 --branches 2)" "$(deeplabv2 | sed '/^classifier[.][23]/d
    s/,classifier[.]2.*//')" "--branches 2: dilation 6 and 12"
is "$(seg-net vgg16-deeplabv2 --head none | sed 1d)" \
    "$(seg-net vgg16 --output-stride 8 --head none | sed 1d)" \
    "deeplabv2: output stride 8, and nothing before the classifier"
is "$(weights mobilenetv2-deeplabv2 --classes 7 --output-stride 32)" \
    $(($(weights mobilenetv2 --head none) + 4 * (1280 * 9 * 7 + 7))) \
    "the weights of the classifier of mobilenetv2-deeplabv2"

# Segmenter on ADE20K, 150 classes at 512x512, layer by layer; zoo.t compares
# with a model in PyTorch.
segmenter() # WIDTH
{
    local d=$1
    local block=$((12 * d * d + 13 * d))
    echo $((768 * d + d + d + 1025 * d + 12 * block + 2 * d +
        d * d + d + 150 * d + 2 * block + 2 * d + 2 * d * d + 300))
}
is "$(weights vit-tiny --classes 150 --image 512x512)" "$(segmenter 192)" \
    "vit-tiny has the weights of Seg-Ti-Mask/16"
is "$(weights vit-small --classes 150 --image 512x512)" "$(segmenter 384)" \
    "vit-small has the weights of Seg-S-Mask/16"
is "$(($(weights vit-tiny --decoder linear --classes 21) - \
    $(weights vit-tiny --head none)))" $((21 * 193)) "linear decoder"
is "$(($(weights vit-tiny --patch 8 --head none) - \
    $(weights vit-tiny --head none)))" $(((1024 - 256) * 192 - 576 * 192)) \
    "--patch 8: more positions, a smaller kernel"
bad=
for patch in 8 16 32; do
    for decoder in mask linear; do
        seg-net vit-tiny --patch $patch --decoder $decoder >net 2>err &&
            grep -q "patch_embed.proj .*c=192 k=$patch s=$patch" net &&
            seg-net --check net >/dev/null || bad+=" $patch-$decoder"
    done
done
is "$bad" "" "patches of 8, 16 and 32 with either decoder are planned"
is "$(seg-net vit-tiny --tokens distilled | grep -c ' class_token .*encoder')" 2 \
    "tokens of class and distillation"
is "$(seg-net vit-tiny --no-drop | grep -c ' dropout ')" 0 "--no-drop prints no dropout"
is "$(seg-net vit-tiny --patch 8 --decoder linear | tail -n 1 | tr -s ' ')" \
    "output resize decoder.head scale=8 like=image" "padding is cut off at the output"

# The dilated 3x3 convolutions are those of torchvision for bottlenecks.
dilated()
{
    seg-net "$@" --head none | sed -n \
        's/^backbone\.layer\(.*\)  *conv .*k=3\(.*\)/\1\2/p' | grep d= |
        tr -s ' ' | xargs
}
is "$(dilated resnet50 --output-stride 32)" "" \
    "--output-stride 32: no convolution is dilated"
is "$(dilated resnet50)" "4.1.conv2 d=2 4.2.conv2 d=2" \
    "--output-stride 16: layer 4 is dilated"
is "$(dilated resnet50 --output-stride 8)" "3.1.conv2 d=2 3.2.conv2 d=2 \
3.3.conv2 d=2 3.4.conv2 d=2 3.5.conv2 d=2 4.0.conv2 d=2 4.1.conv2 d=4 \
4.2.conv2 d=4" "stride 8: layers 3 and 4"
is "$(dilated resnet18)" "4.0.conv1 d=2 4.0.conv2 d=2 4.1.conv1 d=2 \
4.1.conv2 d=2" "basic blocks: throughout"
for stride in 8 16 32; do
    seg-net resnet18 --output-stride $stride | seg-init -o r.st
    is "$(seg-net resnet18 --output-stride $stride |
        grep -c ' s=2')" \
        "$((2 + 2 * (stride / 8 == 1 ? 1 : stride / 8 == 2 ? 2 : 3)))" \
        "--output-stride $stride has as many strides of 2"
done

for arch in efficientnet-lite0 mobilenetv2 mobilenetv3-large vgg16; do
    for stride in 8 16 32; do
        seg-net $arch --output-stride $stride --head none |
            awk '/ s=2| maxpool/ { n *= 2 } BEGIN { n = 1 } END { print n }'
    done
done >strides
is "$(sort strides | uniq -c | xargs)" "4 16 4 32 4 8" \
    "--output-stride: the product of all strides, in each family of encoders"
is "$(seg-net mobilenetv3-large-lraspp | grep -c ' d=2')" 3 \
    "lraspp: output stride 16, three dilated convolutions as in torchvision"

# Each name of --architectures is a network.
bad=
for name in $(seg-net --architectures | cut -d ' ' -f 1); do
    seg-net "$name" | seg-net --check - >/dev/null || bad+=" $name"
done
is "$bad" "" "each architecture of --architectures can be built"
is "$(seg-net --architectures | wc -l)" 120 "--architectures has 120 lines"
is "$(seg-net --architectures | cut -d ' ' -f 1 | sort -u | wc -l)" 120 \
    "--architectures has 120 different names"

# The operators that the texts use are explained.
seg-net --ops >ops
bad=
for op in $(seg-net resnet18-deeplabv3plus | awk '!/^#/ { print $2 }' | sort -u)
do
    grep -qx "$op" ops || bad+=" $op"
done
is "$bad" "" "--operators explains each operator"
is "$(sed -n '/^conv$/,/^tconv$/p' ops | grep -c =)" 13 \
    "--operators prints formula and settings"

is "$(perl -lne '$on = /OPERATORS/ if /^\.Sh /; next unless $on;
    if (/^\.Ss (.*)/) { print $op = $1 }
    print "$op $1" if /^\.It Ic (\w+)/' "$root/man/seg-net.5")" \
    "$(perl -lne 'print $op = $_ if /^\w+$/; print "$op $1" if /^    (\w+)=\S/' ops)" \
    "seg-net(5) has the same operators and settings"
perl -ne 'if (/^\.Bd/) { $on = 1 } elsif (/^\.Ed/) { exit } elsif ($on) { print }' \
    "$root/man/seg-net.5" >page.net
status_is 0 "the example of seg-net(5) is a network" seg-net --check page.net

status_is 0 "--check accepts a text from standard input" seg-net --check - <<'END'
image input - c=2   # two bands

a     conv  image c=4 k=3 act=relu
b     conv  a     c=4 k=1 bias=1
sum   add   a,b
END
is "$(cat .out)" "stdin: 4 nodes, 92 weights, sum of 4 channels" \
    "--check prints nodes, weights and channels"
printf 'image input - c=2\na conv imgae c=4 k=3\n' >bad.net
status_is 65 "--check refuses an unknown input" seg-net --check bad.net
like "$(cat .err)" "^seg-net: bad.net:2: .*imgae" \
    "--check: the line of the unknown input is named"
printf 'image input - c=2\na conv image c=4 k=3 strid=2\n' >bad.net
status_is 65 "--check refuses an unknown setting" seg-net --check bad.net
printf 'image input - c=2\n\0' >bad.net
status_is 65 "--check refuses a 0 byte" seg-net --check bad.net
status_is 65 "--check refuses an empty text" seg-net --check /dev/null
status_is 66 "--check refuses a missing file" seg-net --check nowhere.net

status_is 64 "an unknown architecture is refused" seg-net resnet19
like "$(cat .err)" "resnet19" "the unknown architecture is named"
status_is 64 "a decoder that an encoder does not have is refused" \
    seg-net vit-tiny-unet
status_is 64 "a typing error is refused" seg-net mobilnetv2-fpn
like "$(cat .err)" "did you mean mobilenetv2-fpn" "the nearest name is suggested"

# An option without effect is refused, even with its default value, and nothing is
# printed.
useless() # WHOSE ARGUMENTS OPTION...
{
    local whose=$1 arguments=$2
    shift 2
    status_is 64 "$* is refused for ${arguments:-no network}" \
        seg-net $arguments "$@"
    is "$(cat .out .err | sed 's/ (.*//')" "seg-net: $1 is for $whose" \
        "the networks that $1 is for are named"
}
for option in "--width 32" "--depth 4"; do
    useless "unet and unet-hu" resnet18 $option
done
for option in "--norm bn" "--activation relu"; do
    useless unet unet-hu $option
    useless unet resnet18 $option
    useless unet --ops $option
done
for arch in unet vit-tiny resnet20-cifar; do
    useless resnets $arch --stem large
done
for arch in unet resnet20-cifar vit-tiny; do
    useless "encoders with decoders" $arch --output-stride 16
done
for option in "--patch 16" "--tokens class" "--image 256" --no-drop; do
    useless vit unet $option
    useless vit --architectures $option
done
for arguments in unet "vit-tiny --head paper" "vit-tiny --head none"; do
    useless "vit with --head classifier" "$arguments" --decoder mask
done
for arguments in resnet18 resnet18-aspp "resnet18-deeplabv2 --head paper" \
    "resnet18-deeplabv2 --head none"; do
    useless "deeplabv2 with --head classifier" "$arguments" --branches 4
done
for n in 1 5; do
    status_is 64 "--branches $n is refused" seg-net resnet18-deeplabv2 --branches $n
done
for option in "--embedding 256" "--layers 3" "--grid 64"; do
    for arguments in unet "unet --head classifier" "unet --head none"; do
        useless "--head paper and released" "$arguments" $option
    done
    for head in paper released; do
        status_is 0 "$option is accepted with --head $head" \
            seg-net unet --head $head $option
    done
done
for head in paper released none; do
    useless "--head classifier" "unet --head $head" --classes 2
done
for what in --architectures --ops "--check r.st"; do
    for option in "--bands 3" "--head classifier"; do
        useless "an ARCHITECTURE" "$what" $option
    done
done
status_is 64 "--patch 12 is refused" seg-net vit-tiny --patch 12
status_is 64 "an image with more patches than positions is refused" \
    seg-net vit-tiny --image 65536 --patch 8
like "$(cat .err)" "vit-tiny:[0-9]+: encoder.pos_embed: h=8192" \
    "the node with too many positions is named"
is "$(cat .out)" "" "a refused network is not printed"
status_is 64 "more positions than memory are refused" seg-net vit-large --image 65536
status_is 64 "--output-stride 12 is refused" seg-net resnet18 --output-stride 12
status_is 64 "no argument is refused" seg-net
status_is 64 "an architecture and --architectures are refused together" seg-net unet --architectures
seg-net unet >/dev/full 2>.err
is $? 74 "a full device is noticed"
seg-net unet -o unet.net && seg-net unet | cmp -s - unet.net
ok $? "-o writes the same text"
done_testing
