#!/usr/bin/env bash
# The zoo is compared with PyTorch, if that is installed.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1

has()
{
    "$1" -c "import importlib.util as u, sys
sys.exit(u.find_spec('$2') is None)" 2>/dev/null
}

cases='unet unet-bn unet-in unet-gn unet-none unet-hu operators resnet20-cifar
    segmenter-square segmenter-oblong segmenter-square-padded segmenter-oblong-padded segmenter-large-patch
    segmenter-small'
for python in python3 /usr/bin/python3 ${PYTHON_NEW:-} none; do
    has "$python" torch && break
done
if [ "$python" = none ]; then
    skip "the zoo is equal to PyTorch" "no PyTorch"
    done_testing
fi
has "$python" torchvision &&
    cases+=' resnet18-small-aspp resnet18-fcn resnet18-deeplabv2
    resnet18-deeplabv3plus resnet50-deeplabv3plus
    smooth-mobilenetv2-fpn smooth-mobilenetv3-large-lraspp
    smooth-efficientnet-lite0-unet smooth-efficientnet-lite1-hypercolumn'
has "$python" segmentation_models_pytorch && cases+=' smooth-mobilenetv2-smp-unet'
for timm in "$python" "${PYTHON_NEW:-}" none; do
    [ "$timm" ] && has "$timm" timm && has "$timm" torch && break
done
if [ "$timm" = none ]; then
    echo "# no timm (PYTHON_NEW): its features are not compared"
else
    "$timm" tests/torch_reference.py "$dir" timm || exit 1
fi
"$python" tests/torch_reference.py "$dir" $cases || exit 1
"$SEG_BUILD/tests/unit/zoo" "$dir"/*.safetensors
