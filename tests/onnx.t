#!/usr/bin/env bash
# seg-export --onnx: the graph, its weights, what is folded, refusals.
. "$(dirname "$0")/lib.sh"
tensor() { "$root/tests/tensor.pl" "$@"; }

seg-synth -q -n 2 --size 32x32 -s 1 -o scenes.st
seg-augment -q --color 0.2 -s 3 -o views.st scenes.st

# ---- batch normalization ----

cat >bn.net <<'END'
image input - c=3
a conv image c=8 k=3 s=2
a.bn bn a act=relu eps=0.01
b conv a.bn c=8 k=3 groups=4 bias=1
b.bn bn b,a.bn act=relu
c tconv b.bn c=8 k=2 s=2 groups=2
c.bn bn c
alone bn c.bn
classifier conv alone c=8 k=1 bias=1
END
seg-init -q -s 1 bn.net -o bn.init.st
seg-finetune -q -m bn.init.st --lr 0.05 -b 2 --steps 1 -s 1 -o bn.st views.st
status_is 0 "a model is written" seg-export --onnx bn.onnx bn.st
is "$(perl "$root/tests/onnx.pl" bn.onnx | sed '/^in /,$d; s/ .*//' | tr '\n' ' ')" \
    "Sub Div Conv Relu Conv Add Relu ConvTranspose Reshape Add BatchNormalization Conv Identity " \
    "normalization of pixels first; batch normalization only where it does not follow a convolution"
is "$(perl "$root/tests/onnx.pl" bn.onnx | grep -E '^(in|out) ')" \
    "in image [batch,3,height,width]
out logits [batch,8,output_height,output_width]" "number of images and sizes are free"
like "$(perl "$root/tests/onnx.pl" bn.onnx | grep meta)" "seg.classes" \
    "class names are kept"

# the same network without the folded nodes, with the weights of the ONNX file
cat >folded.net <<'END'
image input - c=3
a conv image c=8 k=3 s=2 bias=1 act=relu
b conv a c=8 k=3 groups=4 bias=1
b.bn add b,a act=relu
c tconv b.bn c=8 k=2 s=2 groups=2 bias=1
alone bn c
classifier conv alone c=8 k=1 bias=1
END
seg-init -q --lenient -s 5 -w bn.onnx folded.net -o folded.st
seg-predict -q -m bn.st --emit probs scenes.st >want.st
seg-predict -q -m folded.st --emit probs scenes.st >got.st
seg-diff --tolerance 1e-5 want.st got.st >diff
ok $? "folded weights predict what the batch normalization predicts"
seg-diff --tolerance 1e-5 want.st <(seg-predict -q -m bn.init.st --emit probs scenes.st) >diff
is $? 1 "other weights do not"

# ---- weights ----

seg-net vit-tiny --classes 8 | seg-init -q -s 2 -o vit.st
seg-export --onnx vit.onnx vit.st
seg-cat -q --plain -o v.st vit.onnx
names=$(seg-info --tensors vit.st | cut -f 3 | grep -E '(weight|bias)$')
bad=
for name in $names; do
    [ "$(tensor v.st "$name" | cksum)" = "$(tensor vit.st "$name" | cksum)" ] ||
        bad+=" $name"
done
is "$bad" "" "weights that are not folded keep names and values"
[ "$(wc -w <<<"$names")" -gt 100 ]
ok $? "these are more than 100"
perl "$root/tests/onnx.pl" vit.onnx >vit.txt
ok $? "a transformer: each node reads what is there"
grep -q '^Softmax ' vit.txt && grep -q '^LayerNormalization ' vit.txt
ok $? "a transformer: attention and layer normalization"

cat >many.net <<'END'
image input - c=3
a conv image c=8 k=3 bias=1 pe=2 act=relu
a2 conv image c=8 k=3
a2.bn bn a2 act=relu6
a3 conv a c=8 k=2 p=0 act=relu6
a4 add a3,a2.bn act=relu6
a4.bn bn a4 act=relu
sc shortcut a4.bn c=12 s=2
t tconv sc c=8 k=3 s=2 p=1 groups=4 bias=1 like=image
d conv t c=8 k=5 d=2 groups=8 s=2
s silu d
s1 instance_norm s act=leaky_relu
s2 instance_norm s1 affine=1 act=relu6 eps=0.01
s3 group_norm s2 groups=2 act=relu
s4 group_norm s3 groups=4 affine=0 act=leaky_relu
s5 add s4,d act=leaky_relu
g gelu s5
l conv g c=8 k=3 act=leaky_relu
l1 leaky_relu l slope=0.2
l2 instance_norm l1 act=relu
l3 group_norm l2 groups=8 act=relu6
pool global_avgpool l3
fc conv pool c=8 k=1 bias=1 act=relu6
gate hardsigmoid fc
gated mul g,gate
hs hardswish gated
gate2 sigmoid fc
gated2 mul hs,gate2
clip relu6 gated2
padded pad clip to=4
mp maxpool padded k=3 s=2 p=1 ceil=1
r1 resize mp scale=1.7 mode=nearest
r2 resize mp h=21 w=17 align=1
r3 resize r1 like=image mode=nearest align=1
r4 resize r2 like=image
r5 resize g scale=2.5 like=image
sum add r3,r4,r5 act=relu
r relu sum
n l2norm r
tm tconv n c=8 k=1 param=matrix bias=1
dr dropout tm p=0.2 mode=drop_path
gp global_avgpool dr
gpr resize gp like=image
cc concat dr,gpr,t
ln layer_norm cc
classifier conv ln c=8 k=1 bias=1
output resize classifier like=image
END
seg-init -q -s 1 many.net | seg-export --softmax --onnx many.onnx
ok $? "a model from a pipe, with many operators"
perl "$root/tests/onnx.pl" many.onnx >many.txt
ok $? "many operators: each node reads what is there"
is "$(grep -E '^out |^Softmax ' many.txt | cut -d ' ' -f 1,3 | tr '\n' ' ')" \
    "Softmax probs out [batch,8,height,width] " "--softmax gives probs of the size of the image"
seg-init -q -s 1 many.net | seg-export --softmax --onnx again.onnx
same many.onnx again.onnx "the same model gives the same bytes"
status_is 71 "--mem-limit is kept" seg-export --mem-limit 40K --onnx no.onnx vit.st

# lists the operators of networks, and "OPERATOR act=WORD" for their activations
used()
{
    awk '!/^#/ { print $2; for (i = 3; i <= NF; i++) if ($i ~ /^act=/) print $2, $i }' \
        "$@" | sort -u
}
seg-net vit-tiny >vit.net
seg-net --ops | awk '/^[a-z]/ { op = $1; print op }
    sub(/^ +act=/, "") { sub(/ .*/, ""); n = split($0, word, "|")
        for (i = 1; i <= n; i++) if (word[i] != "none") print op, "act=" word[i] }' |
    sort >all
[ "$(wc -l <all)" -gt 30 ]
ok $? "seg-net lists its operators and their activations"
is "$(comm -13 <(used many.net vit.net) all)" "" \
    "each operator and activation is in one of these two networks"

# ---- another program ----

for python in python3 "${PYTHON_NEW:-}" none; do
    [ "$python" ] && "$python" -c "import onnxruntime" 2>/dev/null && break
done
# runs NAME: probabilities of NAME.st are those of onnxruntime, for two sizes
runs()
{
    seg-export --softmax --onnx "$1.onnx" "$1.st"
    for size in 64x64 52x38; do
        seg-synth -q -n 1 --size $size -s 5 -o size.st
        rm -f probs.st
        seg-predict -q -m "$1.st" --copy image --emit probs -o probs.st size.st
        PYTHONPATH=$root/formats/python "$python" - "$1.onnx" >.out 2>&1 <<'END'
import sys, numpy, onnxruntime, segpipe
(tensors, meta), = segpipe.Reader("probs.st")
image = tensors["image"].astype("f4").transpose(2, 0, 1)[None]
seen, = onnxruntime.InferenceSession(sys.argv[1]).run(None, {"image": image})
want = tensors["probs"]
far = numpy.abs(seen[0].transpose(1, 2, 0) - want).max() / want.max()
sys.exit(f"they differ by {far}" if far > 1e-4 else 0)
END
        ok $? "onnxruntime: $1, $size"
        sed 's/^/#   /' .out
    done
}
if [ "$python" = none ]; then
    skip "onnxruntime gives the same" "no onnxruntime (PYTHON_NEW)"
else
    seg-init -q -s 1 many.net -o many.st
    seg-net mobilenetv3-large-lraspp --classes 8 | seg-init -q -s 1 -o mobile.st
    for name in bn vit many mobile; do
        runs $name
    done
fi

# ---- refusals ----

refused()
{
    local name=$1 status=$2 text=$3
    shift 3
    rm -f no.onnx
    status_is "$status" "$name is refused" "$@"
    like "$(cat .err)" "$text" "$name: the message says why"
    [ ! -e no.onnx ]
    ok $? "$name: no file"
}
seg-init -q --normalize record bn.net -o record.st
refused "normalization by image" 65 "record.st: seg.normalize is record" \
    seg-export --onnx no.onnx record.st
refused "a stream of images" 65 "scenes.st: no seg.net" \
    seg-export --onnx no.onnx scenes.st
head -c 3000 bn.st >cut.st
refused "a cut model" 65 "cut.st: .*cut off" seg-export --onnx no.onnx cut.st
refused "a second file" 64 "one model" seg-export --onnx no.onnx bn.st bn.st
refused "an option for images" 64 "--onnx excludes options for images" \
    seg-export --onnx no.onnx -t label bn.st
refused "--softmax alone" 64 "--softmax requires --onnx" seg-export --softmax bn.st
refused "a missing file" 66 "nowhere.st" seg-export --onnx no.onnx nowhere.st
refused "a missing folder" 73 "none/no.onnx" seg-export --onnx none/no.onnx bn.st
status_is 64 "the model is not overwritten" seg-export --onnx bn.st bn.st
status_is 74 "a full device is noticed" seg-export --onnx /dev/full bn.st
done_testing
