#!/usr/bin/env bash
# golden.sh BIN: runs a fixed set of commands with the programs in BIN and prints
# a digest of each tensor, metadata value and file that they make.  Two builds
# on one machine have the same output if both lists are equal:
#
#     tests/golden.sh old/bin >old; tests/golden.sh build/bin >new; diff old new
#
# The history of a stream is left out: it repeats the command line.  Real data
# is taken from ../shared/data if that exists.
set -eu
bin=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$(realpath "$root/../shared/data" 2>/dev/null) || data=
dir=$(mktemp -d "${TMPDIR:-/tmp}/seg-golden-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export PATH=$bin:$PATH LC_ALL=C.UTF-8 OMP_WAIT_POLICY=passive

# digest FILE...: a line for each tensor and metadata value of a stream, one for
# any other file
digest()
{
    perl -MDigest::SHA=sha256_hex -e '
        local $/;
        for my $path (@ARGV) {
            open my $f, "<:raw", $path or die "$path: $!\n";
            my ($s, $at, $i) = (<$f>, 0, 0);
            if ($path !~ /\.st$/) {
                printf "%s %s\n", $path, substr sha256_hex($s), 0, 16;
                next;
            }
            for (; $at < length $s; $i++) {
                my $n = unpack "Q<", substr $s, $at, 8;
                my $h = substr $s, $at + 8, $n;
                my ($end, @lines) = (0);
                while ($h =~ /"([^"]+)":\{"dtype":"(\w+)","shape":\[([\d,]*)\],"data_offsets":\[(\d+),(\d+)\]/g) {
                    $end = $5 if $5 > $end;
                    push @lines, sprintf "%s %s [%s] %s", $1, $2, $3, substr
                        sha256_hex(substr $s, $at + 8 + $n + $4, $5 - $4), 0, 16;
                }
                my ($meta) = $h =~ /"__metadata__":\{(.*?)\}[,}]/s;
                while (($meta // "") =~ /"([^"]+)":"((?:[^"\\]|\\.)*)"/g) {
                    my ($k, $v) = ($1, $2);
                    push @lines, "$k " . substr(sha256_hex($v), 0, 16)
                        if $k ne "seg.hash" && $k ne "seg.history";
                }
                print map { "$path $i $_\n" } sort @lines;
                $at += 8 + $n + $end;
            }
        }' "$@"
}

# ---- synthetic scenes: the programs of the main pipe ----
seg-synth -q -n 12 --size 64x64 -s 1 -o scenes.st
seg-subset -q --even -n 4 -s 1 -o few.st scenes.st
seg-sample -q --crop 48 -n 16 --scale 0.75,1.5 --flip h -s 2 -o patches.st few.st
seg-augment -q --views 2 --color 0.5 -s 3 -o views.st patches.st
seg-augment -q --color 0.2 -s 3 -o augmented.st patches.st
seg-sample -q --crop 48x32 -n 8 --rotate --angle -20,20 --elastic 2,8 \
    --foreground 0.5 -s 4 -o warped.st few.st
seg-augment -q --gamma 0.7,1.5 --cutmix 0.5 --classmix 0.5 -s 3 -o mixed.st patches.st
seg-subset -q --simulate points --per-class 5 -s 1 -o points.st few.st
seg-subset -q --simulate scribbles -s 1 -o scribbles.st few.st
seg-stat -q -o stat.tsv few.st
digest scenes.st few.st patches.st views.st augmented.st stat.tsv
digest warped.st mixed.st points.st scribbles.st

# ---- steps of each family of networks with each loss ----
steps()
{
    local name=$1 loss
    shift
    seg-net "$@" --classes 8 -o "$name.net"
    seg-init -q -s 1 -o "$name.init.st" "$name.net"
    for loss in within cross batch; do
        seg-pretrain -q -m "$name.init.st" --loss $loss --grid 12 --lr 0.1 -b 4 \
            --steps 2 -s 1 -o "$name.$loss.st" views.st
    done
    seg-finetune -q -m "$name.cross.st" --lr 0.05 -b 4 --steps 3 -s 1 \
        -o "$name.model.st" augmented.st
    seg-predict -q -m "$name.model.st" --emit probs,confidence,entropy \
        -o "$name.probs.st" few.st
    seg-predict -q -m "$name.model.st" --window 32 --overlap 8 --blend hann \
        --flip h -o "$name.pred.st" scenes.st
    seg-score -q -o "$name.score.tsv" "$name.pred.st"
    digest "$name".*
}
steps unet unet --width 8 --depth 3
steps deeplab resnet18-deeplabv3plus
steps vit vit-tiny
seg-init -q -s 1 --stat stat.tsv -o init.st unet.net
seg-finetune -q -m init.st --optimizer adamw --lr 0.001 --clip 1 -b 4 \
    --steps 3 --class-weights inverse --stat stat.tsv -s 1 -o adamw.st augmented.st
seg-finetune -q --exact -m init.st -b 4 --steps 2 -s 1 -o exact.st augmented.st
seg-predict -q -m unet.model.st --emit probs -o a.st few.st
seg-predict -q -m adamw.st --emit probs -o b.st few.st
seg-fuse -q -o fused.st a.st b.st
seg-score -q --boundary -o fused.tsv fused.st
seg-view -q --mode sheet --errors -o sheet.png fused.st
seg-export -q --onnx unet.onnx unet.model.st
seg-export -q --onnx vit.onnx vit.model.st
digest init.st adamw.st exact.st fused.st fused.tsv sheet.png unet.onnx vit.onnx
mkdir fused
seg-export -q -d fused fused.st
digest $(find fused -type f | sort)

[ -n "$data" ] || exit 0

# ---- real images of each format, in and out ----
# real NAME FORMAT ARGUMENT...: import, a prediction of an untrained network
real()
{
    local name=$1 format=$2
    shift 2
    seg-import -q "$@" -o "$name.st"
    digest "$name.st"
    [ -n "$format" ] || return 0
    mkdir "$name"
    seg-export -q -f "$format" -d "$name" "$name.st"
    digest $(find "$name" -type f | sort)
}
# few NAME SPLIT N IMAGES LABELS: arguments of seg-import for N images
few()
{
    head -n "$3" "$data/$1/splits/$2.txt" >"$1.txt"
    echo --images "$data/$1/$4" --labels "$data/$1/$5" --keys "$1.txt" \
        --map "$data/$1/labels.tsv"
}
real camvid png $(few camvid train 2 images/train labels/train)
real kvasir png $(few kvasir_seg train 2 images/train labels/train)
real dsb png $(few dsb2018 train 2 images labels)
real vnc tiff $(few vnc_em train 1 images labels)
real hippocampus nifti $(few msd_hippocampus train 2 imagesTr labelsTr)
seg-stat -q -o hippocampus.tsv hippocampus.st
seg-sample -q --crop 96 -n 4 -s 1 -o camvid.patches.st camvid.st
seg-view -q --mode sheet -o camvid.png camvid.st
digest hippocampus.tsv camvid.patches.st camvid.png
