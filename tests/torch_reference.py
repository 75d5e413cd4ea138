#!/usr/bin/env python3
"""References for the zoo, made with PyTorch.

    torch_reference.py DIR [CASE ...]

One CASE.safetensors each: weights, a batch of images, what the network makes
of them in evaluation, and in training its output, the running statistics and
gradients of sum(output * doutput).  tests/unit/zoo.c builds the same network
by the name in the metadata and compares.  Sums are in double precision, so
what differs is our rounding and not PyTorch's.

tests/golden/zoo holds the cases unet4, unet-hu4 and operators, which are small.
"""
import json
import os
import struct
import subprocess
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

import torch_encoders

CIFAR = '../shared/data/weights_cifar_resnet/resnet20-12fca82f.safetensors'


def write(path, tensors, meta):
    head, data, at = {'__metadata__': meta}, [], 0
    for name, t in tensors.items():
        data.append(t.detach().float().contiguous().numpy().tobytes())
        head[name] = {'dtype': 'F32', 'shape': list(t.shape),
                      'data_offsets': [at, at + len(data[-1])]}
        at += len(data[-1])
    text = json.dumps(head).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        f.writelines(data)


def read(path):
    with open(path, 'rb') as f:
        head = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
        data = f.read()
    head.pop('__metadata__', None)
    return {name: torch.frombuffer(bytearray(data[slice(*t['data_offsets'])]),
                                   dtype=torch.float32).reshape(t['shape'])
            for name, t in head.items() if t['dtype'] == 'F32'}


def conv_bn(i, o, k=3, d=1):
    return nn.Sequential(nn.Conv2d(i, o, k, 1, d * (k // 2), d, bias=False),
                         nn.BatchNorm2d(o), nn.ReLU())


def resize(x, like):
    return F.interpolate(x, size=like.shape[-2:], mode='bilinear',
                         align_corners=False)


def unet_block(i, o, norm, leaky):
    """Modules 0 (convolution), 1 (normalization) and 2."""
    groups = next(g for g in range(8, 0, -1) if o % g == 0)
    norms = {'bn': lambda: nn.BatchNorm2d(o),
             'in': lambda: nn.InstanceNorm2d(o, affine=True),
             'gn': lambda: nn.GroupNorm(groups, o)}
    parts = [nn.Conv2d(i, o, 3, 1, 1, bias=norm == 'none')]
    if norm != 'none':
        parts.append(norms[norm]())
    return nn.Sequential(*parts, nn.LeakyReLU() if leaky else nn.ReLU())


class UNet(nn.Module):
    def __init__(self, width, depth, classes, norm='bn', leaky=False):
        super().__init__()
        def conv_bn(i, o):
            return unet_block(i, o, norm, leaky)
        self.down, self.up, self.merge = (nn.ModuleList() for _ in range(3))
        widths = [width << i for i in range(depth)]
        p = 3
        for q in widths:
            self.down.append(nn.Sequential(conv_bn(p, q), conv_bn(q, q)))
            p = q
        for q in widths[-2::-1]:
            self.up.append(nn.ConvTranspose2d(p, q, 2, 2))
            self.merge.append(nn.Sequential(conv_bn(2 * q, q), conv_bn(q, q)))
            p = q
        self.classifier = nn.Conv2d(p, classes, 1)

    def forward(self, x):
        skips = []
        for i, level in enumerate(self.down):
            x = level(F.max_pool2d(x, 2) if i else x)
            skips.append(x)
        skips.pop()
        for up, merge in zip(self.up, self.merge):
            skip = skips.pop()
            x = up(x, output_size=skip.shape[-2:])
            x = merge(torch.cat([x, skip], 1))
        return self.classifier(x)


class UNetHu(nn.Module):
    """The U-Net of Hu et al., with the names of the zoo."""

    def __init__(self, width, depth, classes):
        super().__init__()
        widths = [width << i for i in range(depth)]

        def block(i, o):
            return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1, bias=False),
                                 nn.InstanceNorm2d(o), nn.LeakyReLU())

        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        p = 3
        for q in widths:
            self.down.append(nn.Sequential(block(p, q), block(q, q)))
            p = q
        self.center = nn.ModuleDict({
            '0': nn.Conv2d(p, 2 * p, 3, 1, 1),
            '1': nn.Conv2d(2 * p, 2 * p, 3, 1, 1),
            'up': nn.ConvTranspose2d(2 * p, p, 2, 2)})
        for q in widths[::-1]:
            parts = [nn.Conv2d(2 * q, q, 3, 1, 1), nn.Conv2d(q, q, 3, 1, 1)]
            if q > width:
                parts.append(nn.ConvTranspose2d(q, q // 2, 2, 2))
            self.up.append(nn.ModuleList(parts))
        self.classifier = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = F.relu(self.center['0'](x))
        x = F.relu(self.center['1'](x))
        x = F.relu(self.center['up'](x, output_size=skips[-1].shape[-2:]))
        for level in self.up:
            x = torch.cat([x, skips.pop()], 1)
            x = F.leaky_relu(level[0](x), 0.01)
            x = F.leaky_relu(level[1](x), 0.01)
            if skips:
                x = level[2](x, output_size=skips[-1].shape[-2:])
        return self.classifier(x)


class Backbone(nn.Module):
    """torchvision's, to its last stage; also the output of layer1."""

    def __init__(self, layers):
        import torchvision
        super().__init__()
        if layers < 50:
            net = getattr(torchvision.models, f'resnet{layers}')(weights=None)
            for m in net.layer4.modules():
                if isinstance(m, nn.Conv2d):
                    m.stride = (1, 1)
                    if m.kernel_size == (3, 3):
                        m.dilation = m.padding = (2, 2)
        else:
            net = getattr(torchvision.models, f'resnet{layers}')(
                weights=None,
                replace_stride_with_dilation=[False, False, True])
        for name, m in net.named_children():
            if name not in ('avgpool', 'fc'):
                self.add_module(name, m)
        self.channels = 512 if layers < 50 else 2048

    def forward(self, x):
        low = self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(x)))))
        return low, self.layer4(self.layer3(self.layer2(low)))


class FCN(nn.Module):
    def __init__(self, layers, classes):
        super().__init__()
        self.backbone = Backbone(layers)
        c = self.backbone.channels
        self.fcn = conv_bn(c, c // 4)
        self.classifier = nn.Conv2d(c // 4, classes, 1)

    def forward(self, x):
        return resize(self.classifier(self.fcn(self.backbone(x)[1])), x)


class DeepLabV2(nn.Module):
    """Four dilated classifiers, added."""

    def __init__(self, layers, classes):
        super().__init__()
        self.backbone = Backbone(layers)
        self.classifier = nn.ModuleList(
            [nn.Conv2d(self.backbone.channels, classes, 3, 1, d, d)
             for d in (6, 12, 18, 24)])

    def forward(self, x):
        y = self.backbone(x)[1]
        return resize(sum(c(y) for c in self.classifier), x)


class ASPP(nn.Module):
    def __init__(self, c, k=256):
        super().__init__()
        self.branches = nn.ModuleList(
            [conv_bn(c, k, 1)] + [conv_bn(c, k, 3, d) for d in (6, 12, 18)])
        self.pool = conv_bn(c, k, 1)
        self.project = conv_bn(5 * k, k, 1)

    def forward(self, x):
        pool = resize(self.pool(F.adaptive_avg_pool2d(x, 1)), x)
        return self.project(torch.cat([b(x) for b in self.branches] + [pool], 1))


class SmallStem(nn.Module):
    """ResNet with a 3x3 first convolution, without pooling, and ASPP."""

    def __init__(self, layers, classes):
        import torchvision
        super().__init__()
        net = getattr(torchvision.models, f'resnet{layers}')(weights=None)
        net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        c = net.fc.in_features
        del net.maxpool, net.avgpool, net.fc
        self.backbone = net
        self.aspp = ASPP(c, c // 4)
        self.classifier = nn.Conv2d(c // 4, classes, 1)

    def forward(self, x):
        b = self.backbone
        y = b.relu(b.bn1(b.conv1(x)))
        y = b.layer4(b.layer3(b.layer2(b.layer1(y))))
        return resize(self.classifier(self.aspp(y)), x)


class DeepLab(nn.Module):
    def __init__(self, layers, classes):
        super().__init__()
        self.backbone = Backbone(layers)
        self.aspp = ASPP(self.backbone.channels)
        self.low = conv_bn(64 if layers < 50 else 256, 48, 1)
        self.decoder = nn.Sequential(conv_bn(304, 256), conv_bn(256, 256))
        self.classifier = nn.Conv2d(256, classes, 1)

    def forward(self, x):
        low, high = self.backbone(x)
        y = torch.cat([resize(self.aspp(high), low), self.low(low)], 1)
        return resize(self.classifier(self.decoder(y)), x)


class Cifar(nn.Module):
    """ResNet of He et al., section 4.2, shortcut A; sequences as named."""

    class Block(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.conv1 = nn.Conv2d(i, o, 3, o // i, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(o)
            self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(o)
            self.pad = (o - i) // 2

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            if self.pad:
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
            return F.relu(y + x)

    def __init__(self, layers, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        n = (layers - 2) // 6
        for l, (i, o) in enumerate([(16, 16), (16, 32), (32, 64)], 1):
            self.add_module(f'layer{l}', nn.Sequential(
                self.Block(i, o), *[self.Block(o, o) for _ in range(n - 1)]))
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))[:, :, None, None]


class Block(nn.Module):
    """Pre-norm transformer block, parameters named as timm names them."""

    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attn, self.mlp = nn.Module(), nn.Module()
        self.attn.qkv, self.attn.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.attn.qkv(self.norm1(x)).reshape(
            n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        p = (q @ k.transpose(2, 3) / (d // self.heads) ** .5).softmax(3)
        x = x + self.attn.proj((p @ v).transpose(1, 2).reshape(n, t, d))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class Segmenter(nn.Module):
    """ViT encoder, mask or linear decoder; grid: of the position embedding."""

    def __init__(self, d, layers, heads, patch, grid, classes, mask, extra):
        super().__init__()
        self.patch, self.grid, self.mask, self.extra = patch, grid, mask, extra
        e = self.encoder = nn.Module()
        e.patch_embed = nn.Module()
        e.patch_embed.proj = nn.Conv2d(3, d, patch, patch)
        if extra:
            e.cls_token = nn.Parameter(torch.randn(1, 1, d) * .02)
        if extra > 1:
            e.dist_token = nn.Parameter(torch.randn(1, 1, d) * .02)
        e.pos_embed = nn.Parameter(
            torch.randn(1, extra + grid[0] * grid[1], d) * .02)
        e.blocks = nn.Sequential(*[Block(d, heads) for _ in range(layers)])
        e.norm = nn.LayerNorm(d)
        o = self.decoder = nn.Module()
        if not mask:
            o.head = nn.Linear(d, classes)
            return
        o.proj_dec = nn.Linear(d, d)
        o.cls_emb = nn.Parameter(torch.randn(1, classes, d) * .02)
        o.blocks = nn.Sequential(*[Block(d, d // 64) for _ in range(2)])
        o.decoder_norm = nn.LayerNorm(d)
        o.proj_patch = nn.Parameter(torch.randn(d, d) * d ** -.5)
        o.proj_classes = nn.Parameter(torch.randn(d, d) * d ** -.5)
        o.mask_norm = nn.LayerNorm(classes)

    def forward(self, image):
        e, o, n = self.encoder, self.decoder, len(image)
        h, w = image.shape[2:]
        x = e.patch_embed.proj(F.pad(image, (0, -w % self.patch,
                                             0, -h % self.patch)))
        gh, gw = x.shape[2:]
        x = x.flatten(2).transpose(1, 2)
        if self.extra > 1:
            x = torch.cat([e.dist_token.expand(n, -1, -1), x], 1)
        if self.extra:
            x = torch.cat([e.cls_token.expand(n, -1, -1), x], 1)
        front, p = e.pos_embed[:, :self.extra], e.pos_embed[:, self.extra:]
        p = p.reshape(1, *self.grid, -1).permute(0, 3, 1, 2)
        p = F.interpolate(p, size=(gh, gw), mode='bilinear').flatten(2)
        x = x + torch.cat([front, p.transpose(1, 2)], 1)
        x = e.norm(e.blocks(x))[:, self.extra:]
        if self.mask:
            k = o.cls_emb.shape[1]
            x = torch.cat([o.proj_dec(x), o.cls_emb.expand(n, -1, -1)], 1)
            x = o.decoder_norm(o.blocks(x))
            z = F.normalize(x[:, :-k] @ o.proj_patch, dim=2)
            c = F.normalize(x[:, -k:] @ o.proj_classes, dim=2)
            x = o.mask_norm(z @ c.transpose(1, 2))
        else:
            x = o.head(x)
        x = x.transpose(1, 2).reshape(n, -1, gh, gw)
        x = F.interpolate(x, scale_factor=self.patch, mode='bilinear')
        return x[:, :, :h, :w]


class Operators(nn.Module):
    """What the zoo leaves out of the operators' settings; TEXT in ours."""

    TEXT = '''
image   input   -           c=3
conv    conv    image       c=8 k=5 s=2 p=1 bias=1
group   conv    conv        c=8 k=3 d=2 groups=4 bias=1 act=relu
up      tconv   group       c=6 k=3 s=2 p=1 bias=1
relu    relu    up
bn      bn      relu
corner  resize  bn          align=1 h=7 w=9
center  resize  corner      h=13 w=11
pool    maxpool center      k=3 s=2 p=1
near    resize  pool        mode=nearest align=1 h=4 w=4
gap     global_avgpool near
wide    resize  gap         like=near
sum     add     near,wide   act=relu
norm    l2norm  sum
'''

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5, 2, 1)
        self.group = nn.Conv2d(8, 8, 3, 1, 2, 2, 4)
        self.up = nn.ConvTranspose2d(8, 6, 3, 2, 1)
        self.bn = nn.BatchNorm2d(6)

    def forward(self, x):
        x = F.relu(self.up(F.relu(self.group(self.conv(x)))))
        x = self.bn(x)
        x = F.interpolate(x, size=(7, 9), mode='bilinear', align_corners=True)
        x = F.interpolate(x, size=(13, 11), mode='bilinear')
        x = F.max_pool2d(x, 3, 2, 1)
        rows = [round(i * (x.shape[2] - 1) / 3) for i in range(4)]
        columns = [round(i * (x.shape[3] - 1) / 3) for i in range(4)]
        x = x[:, :, rows][:, :, :, columns]
        x = F.relu(x + x.mean((2, 3), keepdim=True))
        return F.normalize(x, dim=1)


# name: network, metadata, images (n, h, w), parameters whose gradients count
CASES = {
    'unet4': (lambda: UNet(4, 2, 3),
              {'zoo': 'unet', 'width': '4', 'depth': '2', 'classes': '3'},
              (2, 9, 12), None),
    'unet-hu4': (lambda: UNetHu(4, 2, 3),
                 {'zoo': 'unet-hu', 'width': '4', 'depth': '2', 'classes': '3'},
                 (2, 9, 14), None),
    'operators': (Operators, {'net': Operators.TEXT}, (2, 15, 17), None),
    'unet': (lambda: UNet(32, 4, 11), {'zoo': 'unet', 'classes': '11'},
             (2, 65, 97),
             ('down.0.0.0.weight', 'down.3.1.1.bias', 'up.0.weight',
              'up.2.bias', 'merge.1.0.0.weight', 'classifier.weight')),
    'resnet20-cifar': (lambda: Cifar(20),
                       {'zoo': 'resnet20-cifar', 'weights': CIFAR},
                       (4, 32, 32), ('conv1.weight', 'layer2.0.bn2.weight')),
}
for _norm, _leaky in (('bn', 1), ('in', 1), ('gn', 0), ('none', 1)):
    CASES[f'unet-{_norm}'] = (
        lambda norm=_norm, leaky=_leaky: UNet(12, 3, 4, norm, leaky),
        {'zoo': 'unet', 'width': '12', 'depth': '3', 'classes': '4',
         'leaky': str(_leaky),
         'norm': str(['bn', 'in', 'gn', 'none'].index(_norm))},
        (2, 37, 50), None)
CASES['unet-hu'] = (lambda: UNetHu(16, 4, 5),
                    {'zoo': 'unet-hu', 'width': '16', 'classes': '5'},
                    (2, 65, 97), ('down.0.0.0.weight', 'down.3.1.0.weight',
                                  'center.1.bias', 'center.up.weight',
                                  'up.0.1.bias', 'up.2.2.weight'))
CASES['resnet18-small-aspp'] = (
    lambda: SmallStem(18, 5),
    {'zoo': 'resnet18-aspp', 'classes': '5', 'small_stem': '1',
     'output_stride': '32'}, (4, 33, 41),
    ('backbone.conv1.weight', 'backbone.layer2.0.downsample.0.weight',
     'aspp.branches.2.0.weight', 'aspp.project.1.bias'))
for _n, _size in ((18, (4, 65, 49)), (50, (4, 49, 65))):
    CASES[f'resnet{_n}-deeplabv3plus'] = (
        lambda n=_n: DeepLab(n, 5),
        {'zoo': f'resnet{_n}-deeplabv3plus', 'classes': '5'}, _size,
        ('backbone.conv1.weight', 'backbone.layer2.0.downsample.0.weight',
         'backbone.layer4.1.conv2.weight', 'aspp.branches.3.0.weight',
         'low.1.weight', 'decoder.0.0.weight', 'classifier.bias'))
CASES['resnet18-deeplabv2'] = (
    lambda: DeepLabV2(18, 5),
    {'zoo': 'resnet18-deeplabv2', 'classes': '5', 'output_stride': '16'},
    (2, 129, 225), ('backbone.layer4.1.conv2.weight', 'classifier.0.weight',
                    'classifier.1.weight', 'classifier.3.bias'))
CASES['resnet18-fcn'] = (
    lambda: FCN(18, 5), {'zoo': 'resnet18-fcn', 'classes': '5'}, (2, 65, 97),
    ('backbone.layer1.0.conv1.weight', 'fcn.1.weight'))


# all four: square and oblong, with and without padding
for _n, (_size, _patch, _mask, _extra, _grid) in {
        'square': ((2, 64, 64), 16, 1, 1, (4, 4)),
        'oblong': ((2, 48, 80), 16, 1, 2, (4, 4)),
        'square-padded': ((2, 50, 50), 16, 0, 1, (3, 5)),
        'oblong-padded': ((2, 45, 70), 8, 1, 0, (8, 8)),
        'large-patch': ((2, 70, 50), 32, 1, 1, (2, 4))}.items():
    CASES[f'segmenter-{_n}'] = (
        lambda p=_patch, m=_mask, e=_extra, g=_grid:
            Segmenter(192, 12, 3, p, g, 7, m, e),
        {'zoo': 'vit-tiny', 'classes': '7', 'patch': str(_patch),
         'linear': str(1 - _mask), 'tokens': str((2, 0, 1)[_extra]),
         'image_h': str(_grid[0] * _patch),
         'image_w': str(_grid[1] * _patch), 'smooth': '1'}, _size, None)
CASES['segmenter-small'] = (
    lambda: Segmenter(384, 12, 6, 16, (2, 2), 7, 1, 1),
    {'zoo': 'vit-small', 'classes': '7', 'image_h': '32', 'image_w': '32',
     'smooth': '1'}, (1, 32, 32), ('encoder.cls_token', 'decoder.proj_patch'))


class Features(nn.Module):
    """timm's ViT with random weights: its normalized patch tokens."""

    def __init__(self):
        import timm
        super().__init__()
        self.encoder = timm.create_model('vit_tiny_patch16_224', num_classes=0)
        nn.init.normal_(self.encoder.cls_token, 0, .02)

    def forward(self, x):
        x = self.encoder.forward_features(x)[:, 1:]
        return x.transpose(1, 2).reshape(len(x), -1, 14, 14)


def run(command):
    return subprocess.run(command, shell=True, check=True, capture_output=True,
                          text=True).stdout


def timm_text():
    """Ours, for timm's epsilon."""
    return run('seg-net vit-tiny --head none --no-drop --image 224x224 | '
               "sed '/ layer_norm /s/$/ eps=0.000001/'")


def smooth_text(meta):
    """Ours, with smooth activations."""
    stride = meta.get('output_stride')
    return torch_encoders.smooth_text(
        run(f"seg-net {meta['zoo']} --classes {meta['classes']}" +
            (f' --output-stride {stride}' if stride else '')))


def make(directory, case):
    if case == 'timm':
        CASES[case] = (Features, {'net': timm_text(), 'smooth': '1'},
                       (1, 224, 224), None)
    build, meta, (n, h, w), wanted = CASES[case]
    if case.startswith('smooth-'):
        meta = {'net': smooth_text(meta), 'smooth': '1'}
    torch.manual_seed(1)
    net = build()
    out = {}
    if 'weights' in meta:
        if not os.path.exists(meta['weights']):
            return
        net.load_state_dict(read(meta['weights']), strict=False)
    else:
        for m in net.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.momentum = .1  # that of torchvision's MobileNetV3 is 0.01
                nn.init.uniform_(m.weight, .5, 1.5)
                # fewer activations near the kink of ReLU, where a rounding
                # error decides about a whole gradient
                side = torch.rand_like(m.bias) < .7
                m.bias.data = m.weight.data * (4. * side - 2)
                nn.init.normal_(m.running_mean, 0, .1)
                nn.init.uniform_(m.running_var, .5, 1.5)
            affine = getattr(m, 'weight', None) is not None
            if affine and isinstance(m, (nn.LayerNorm, nn.GroupNorm,
                                         nn.InstanceNorm2d)):
                nn.init.uniform_(m.weight, .5, 1.5)
                nn.init.normal_(m.bias, 0, .1)
        meta['parameters'] = str(sum(p.numel() for p in net.parameters()))
        out = {'param/' + k: v.clone() for k, v in net.state_dict().items()
               if 'num_batches' not in k}
    net.double()
    # images that differ: batch norm behind a global pool divides by how much
    image = torch.randn(n, 3, h, w) * (1 + torch.arange(n)).reshape(n, 1, 1, 1)
    image = (image + torch.randn(n, 3, 1, 1)).double()
    out['image'] = image.permute(0, 2, 3, 1)
    with torch.no_grad():
        out['output'] = net.eval()(image).permute(0, 2, 3, 1)
    y = net.train()(image)
    dy = torch.randn(y.shape).float().double()
    (y * dy).sum().backward()
    out['trained'] = y.permute(0, 2, 3, 1)
    out['doutput'] = dy.permute(0, 2, 3, 1)
    for name, p in net.named_parameters():
        if wanted is not None and name not in wanted:
            continue
        # what batch norm removes again has the gradient 0, up to rounding
        if p.grad.abs().max() > 1e-9:
            out['grad/' + name] = p.grad
    for name, b in net.named_buffers():
        if 'num_batches' not in name and (wanted is None or 'bn1.' in name):
            out['stat/' + name] = b
    write(f'{directory}/{case}.safetensors', out, meta)


CASES.update(torch_encoders.cases())
for name in sys.argv[2:] or CASES:
    make(sys.argv[1], name)
