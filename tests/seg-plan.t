#!/usr/bin/env bash
# seg-plan: settings by the rules of its page, as variables of make.
. "$(dirname "$0")/lib.sh"
export OMP_NUM_THREADS=1

# plan ARGUMENT...: the plan if a step of the first network takes 0.1 s
plan() { seg-plan --step-seconds 0.1 "$@"; }
# value NAME FILE: the value that make gives to a variable of the plan
value()
{
    printf 'include %s\nall:\n\t@printf "%%s\\n" "$(%s)"\n' "$2" "$1" | make -s -f -
}
# from NAME ARGUMENT...: a variable of the plan with these arguments
from()
{
    local name=$1
    shift
    plan -o made.mk "$@" && value "$name" made.mk
}

seg-synth -q -n 6 --size 100x70 -s 1 -o six.st
seg-synth -q -n 2 --size 100x70 -s 2 -o two.st
plan --minutes 1.5 --valid two.st six.st | grep -v MiB >plan.mk
is "$(cat plan.mk)" "# six.st: 6 labeled images, typically [70,100,3] u8, 8 classes
# the rarest class is sign: 3.1 % of the pixels, in 6 images
# expected: 1.48 minutes: training 1.48, validation 0.0016, prediction 0
# a training step takes 0.1 s (as given) and its patches 0 s

# no weights are given: the widest U-Net that is fast enough
NET ?= unet --width 32 --depth 4 --classes 8
# random weights
INIT ?=
# normalization by the statistics of these images
STAT ?= yes

# multiples of 32 up to 256: 88 % of a typical image
CROP ?= 96x64
# as usual
BATCH ?= 8
# Mirrored left-right only: most images allow that.  Images from above and of
# microscopes also allow --flip hv.
SAMPLE ?= --scale 0.75,1.5 --flip h
# 8-bit images: brightness and color vary a little
AUGMENT ?= --color 0.2

# as many as the time allows
STEPS ?= 890
# rate, clipping: those that seg-finetune chooses
FINETUNE ?= --valid-every 89
# the best model on these images is kept
VALID ?= two.st
# all labeled images
BUDGETS ?= 6

# whole images fit into memory
PREDICT ?=" "the whole plan of six images"
plan --minutes 1.5 --valid two.st -j 2 six.st | grep -v MiB >other.mk
same plan.mk other.mk "the plan is the same for any number of threads"
is "$(echo 'STEPS = 5
include plan.mk
all:; @echo $(STEPS) $(BUDGETS)' | make -s -f - BUDGETS=2)" "5 2" \
    "variables that are set before or on the command line keep their values"

# ---- time ----

for minutes in 1.1 1.3 1.6; do
    steps=$(from STEPS --minutes $minutes six.st)
    awk -v s="$steps" -v m=$minutes \
        'BEGIN { t = s * 0.1 / 60; exit !(t > 0.9 * m && t <= m) }'
    ok $? "--minutes $minutes: $steps steps fill the time"
done
is "$(from STEPS --minutes 600 six.st)" 1000 "six images allow 1,000 steps"
seg-synth -q -n 60 --size 20 -s 1 -o sixty.st
is "$(from STEPS --minutes 600 sixty.st)" 1500 "sixty images allow 200 patches of each"
is "$(from NET --minutes 1.02 six.st)" "unet --width 32 --depth 4 --classes 8" \
    "600 steps are enough for the widest U-Net"
is "$(from NET --minutes 0.9 six.st)" "unet --width 24 --depth 4 --classes 8" \
    "a narrower U-Net is taken if fewer steps are possible"
is "$(from CROP --minutes 0.3 six.st)" 64x32 "smaller patches are taken if time is short"
seg-synth -q -n 8 --size 1000 -s 1 -o large.st
few=$(from STEPS --minutes 1.6 --predict large.st six.st)
[ "$few" -lt "$(from STEPS --minutes 1.6 six.st)" ]
ok $? "the time of predictions is left out of the training"
from FINETUNE --minutes 2 --valid large.st six.st >/dev/null
awk '/^# expected/ { exit !($8 + 0 > 0 && $8 <= 0.4) }' made.mk
ok $? "validation takes at most a fifth of the time"
status_is 0 "too little time is no error" plan --minutes 0.01 --valid large.st six.st
like "$(<.err)" "0.01 minutes are not enough: the plan takes 0.0*[1-9]" \
    "too little time is a warning"
like "$(seg-plan --minutes 0.1 six.st)" "STEPS \?= [1-9]" "a plan with measured times has steps"

# ---- weights ----

seg-net resnet18-unet --classes 2 | seg-init -q -s 1 -o resnet.st
is "$(from NET -w resnet.st six.st)" "resnet18-hypercolumn --classes 8" \
    "-w: the network is that of the weights"
seg-cat --plain resnet.st -o as.safetensors
perl -0777 -pe 's/"backbone\.([^"]*)"/"$1"         /g; s/"seg\.hash"/"other.id"/' \
    as.safetensors >"it's \$5 #1.safetensors"
cp "it's \$5 #1.safetensors" plain.safetensors
init=$(from INIT -w plain.safetensors six.st)
is "$init" "--lenient -w plain.safetensors --add-prefix backbone." "-w: names of torchvision get a prefix"
like "$(seg-net $(value NET made.mk) | seg-init $init 2>&1 >/dev/null)" \
    "100 loaded" "-w: seg-init takes the network and the weights"
plan -w "it's \$5 #1.safetensors" -o made.mk six.st
printf 'include made.mk\nall:\n\t@seg-net $(NET) | seg-init -q $(INIT) -o odd.st\n' | make -s -f -
is $? 0 "-w: make and bash pass on any file name"
is "$(from STAT -w resnet.st six.st)" "" "-w: photographs are normalized as ImageNet's"
seg-net unet --classes 2 | seg-init -q -o unet.st
status_is 65 "weights of another network are refused" plan -w unet.st six.st
like "$(<.err)" 'unet.st: 1 of its 78 weights fit' "the message has the number of weights that fit"

# ---- images ----

record() { "$root/tests/record.pl" 'seg.classes=a\tb' "$@" | seg-cat; }
values=$(seq -s, 1 4)
record seg.key=k "image=I16:2,2,1:$values" label=U8:2,2:0,1,0,1 >one.st
is "$(from NET one.st)" "unet --width 32 --depth 4 --bands 1 --classes 2" \
    "a band of 16 bits: the network has one band"
is "$(value AUGMENT made.mk)" "" "a band of 16 bits: its values do not change"
is "$(from INIT -w resnet.st one.st)" "--lenient -w resnet.st --bands 1" \
    "a band of 16 bits: weights are adapted"
record seg.key=k "image=I16:2,2,1:$values" label=U8:2,2:0,1,0,1 >two.st
record seg.key=l "image=I16:2,2,1:100,900,200,5000" label=U8:2,2:0,1,0,1 >>two.st
like "$(plan two.st)" "import with --intensity" "images of other units are mentioned"
seg-synth -q -n 1 --size 1100x1000 -s 1 -o huge.st
is "$(from PREDICT huge.st)" "--window 512 --overlap 64" "large images are predicted in windows"
is "$(from CROP huge.st)" 256x256 "patches have at most 256 x 256 pixels"
full=$(plan six.st | sed -n 's/.*needs \(.*\) MiB/\1/p')
is "$(from BATCH --mem-limit $((full * 3 / 4))M six.st)" 4 "--mem-limit: the batch is halved"

# ---- wrong input ----

seg-pick --keep image six.st -o bare.st
status_is 65 "images without labels are refused" plan bare.st
like "$(<.err)" 'bare.st: synth/00000: no label' "the message names the record"
status_is 64 "standard input is refused" plan - <six.st
status_is 64 "a pipe is refused" plan <(cat six.st)
like "$(<.err)" "read more than once: it cannot be a pipe" "a pipe: the message says why"
for valid in - 'a b.st' 'a#.st'; do
    status_is 64 "--valid $valid is refused" plan --valid "$valid" six.st
    like "$(<.err)" "--valid $valid: .* a variable of make" "--valid $valid: the message says why"
done
seg-subset -q -n 6 --rest six.st -o none.st
status_is 65 "a stream of 0 records is refused" plan none.st
status_is 66 "a missing file is refused" plan lost.st
done_testing
