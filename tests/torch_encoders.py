"""Encoders of torchvision and decoders on their taps, for torch_reference.py.

Parameters have the names of lib/zoo.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def conv_bn(i, o, k=3, d=1):
    return nn.Sequential(
        nn.Conv2d(i, o, k, 1, d * (k // 2), d, bias=False), nn.BatchNorm2d(o),
        nn.ReLU())


def resize(x, like, **how):
    how = how or {'mode': 'bilinear'}
    return F.interpolate(x, size=like.shape[-2:], **how)


class Listed(nn.Module):
    """An encoder of torchvision whose layers are a list, features; taps after
    the layers `after`."""

    def __init__(self, features, after):
        super().__init__()
        self.features = features
        self.after = after

    def forward(self, x):
        taps = []
        for i, layer in enumerate(self.features):
            x = layer(x)
            if i in self.after:
                taps.append(x)
        return taps


def listed(name, after, **more):
    import torchvision
    net = getattr(torchvision.models, name)(weights=None, **more)
    for m in net.modules():
        if isinstance(m, (nn.ReLU, nn.ReLU6, nn.Hardswish)):
            m.inplace = False
    return Listed(net.features, after)


class Same(nn.Conv2d):
    """A depthwise convolution with the padding SAME of TensorFlow."""

    def forward(self, x):
        k, s, d = self.kernel_size[0], self.stride[0], self.dilation[0]
        n = [max((-(-v // s) - 1) * s + d * (k - 1) + 1 - v, 0)
             for v in x.shape[2:]]
        x = F.pad(x, (n[1] // 2, n[1] - n[1] // 2, n[0] // 2, n[0] - n[0] // 2))
        return F.conv2d(x, self.weight, None, s, 0, d, self.groups)


class LiteBlock(nn.Module):
    def __init__(self, i, o, k, stride, expand, dilation, act):
        super().__init__()
        wide = i * expand
        self.short, self.act = stride == 1 and i == o, act
        if dilation > 1:
            stride = 1
        if expand > 1:
            self._expand_conv = nn.Conv2d(i, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, eps=1e-3)
        self._depthwise_conv = Same(
            wide, wide, k, stride, dilation=dilation, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, eps=1e-3)
        self._project_conv = nn.Conv2d(wide, o, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        y = x
        if hasattr(self, '_expand_conv'):
            y = self.act(self._bn0(self._expand_conv(y)))
        y = self.act(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.short else y


class Lite(nn.Module):
    """EfficientNet-Lite without head; images of even size."""

    ROWS = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40),
            (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
            (1, 3, 1, 6, 320))

    def __init__(self, width, depth, stride=32):
        super().__init__()
        self.act = F.relu6
        self._conv_stem = Same(3, 32, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=1e-3)
        self._blocks, c, self.ends = nn.ModuleList(), 32, []
        reached, dilation = 2, 1
        for row, (n, k, s, expand, o) in enumerate(self.ROWS):
            exact = o * width
            o = int(exact + 4) // 8 * 8
            o += 8 if o < .9 * exact else 0
            if 0 < row < 6:
                n = -(-n * round(100 * depth) // 100)
            if s == 2:
                self.ends.append(len(self._blocks))
                reached *= 2
                if reached > stride:
                    dilation *= 2
            for b in range(n):
                self._blocks.append(LiteBlock(
                    c, o, k, 1 if b else s, expand, dilation, self.act))
                c = o
        self.channels = c

    def forward(self, x):
        x = self.act(self._bn0(self._conv_stem(x)))
        taps = []
        for i, block in enumerate(self._blocks):
            if i in self.ends:
                taps.append(x)
            x = block(x)
        return taps + [x]


ENCODERS = {
    'mobilenetv2': lambda: listed('mobilenet_v2', (1, 3, 6, 13, 18)),
    'mobilenetv3-large':
        lambda: listed('mobilenet_v3_large', (1, 3, 6, 12, 16)),
    'mobilenetv3-large/16':
        lambda: listed('mobilenet_v3_large', (1, 3, 6, 12, 16), dilated=True),
    'vgg16': lambda: listed('vgg16', (8, 15, 22, 29, 30)),
    'vgg16-bn': lambda: listed('vgg16_bn', (12, 22, 32, 42, 43)),
    'efficientnet-lite0': lambda: Lite(1, 1),
    'efficientnet-lite0/8': lambda: Lite(1, 1, 8),
    'efficientnet-lite1': lambda: Lite(1, 1.1),
    'efficientnet-lite2': lambda: Lite(1.1, 1.2),
}


class UNet(nn.Module):
    def __init__(self, c):
        super().__init__()
        c = c[::-1] + [0]
        self.decoder, had = nn.ModuleList(), c[0]
        for i in range(5):
            o = 256 >> i
            self.decoder.append(nn.ModuleList(
                [conv_bn(had + c[i + 1], o), conv_bn(o, o)]))
            had = o
        self.channels = had

    def forward(self, image, taps):
        x = taps[4]
        for i, (a, b) in enumerate(self.decoder):
            skip = taps[3 - i] if i < 4 else None
            x = resize(x, image if skip is None else skip, mode='nearest')
            x = b(a(x if skip is None else torch.cat([x, skip], 1)))
        return x


class FPN(nn.Module):
    channels = 128

    def __init__(self, c):
        super().__init__()
        self.pyramid = nn.ModuleList(nn.Conv2d(q, 256, 1) for q in c[1:])
        self.decoder = nn.ModuleList(
            nn.ModuleList(conv_bn(128 if k else 256, 128)
                          for k in range(max(n, 1))) for n in (3, 2, 1, 0))

    def forward(self, image, taps):
        p = [None] * 4
        for i in (3, 2, 1, 0):
            p[i] = self.pyramid[i](taps[i + 1])
            if i < 3:
                p[i] = p[i] + resize(p[i + 1], p[i], mode='nearest')
        total = 0
        for i in (3, 2, 1, 0):
            x = p[i]
            for k, layer in enumerate(self.decoder[3 - i]):
                x = layer(x)
                if i:
                    x = resize(x, p[i - 1 - k], mode='bilinear',
                               align_corners=True)
            total = total + x
        return total


class LRASPP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.lraspp = nn.Module()
        self.lraspp.cbr = conv_bn(c[4], 128, 1)
        self.lraspp.scale = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(c[4], 128, 1, bias=False),
            nn.Sigmoid())
        self.channels = 128 + c[2]

    def forward(self, image, taps):
        x = self.lraspp.cbr(taps[4]) * self.lraspp.scale(taps[4])
        return torch.cat([resize(x, taps[2]), taps[2]], 1)


class Linear(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.channels = sum(c[1:])

    def forward(self, image, taps):
        return torch.cat([taps[1]] + [resize(t, taps[1]) for t in taps[2:]], 1)


class Hypercolumn(nn.Module):
    channels = 128

    def __init__(self, c):
        super().__init__()
        self.lateral = nn.ModuleList(conv_bn(q, 48, 1) for q in c[1:])
        self.decoder = conv_bn(4 * 48, 128)

    def forward(self, image, taps):
        x = [layer(t) for layer, t in zip(self.lateral, taps[1:])]
        return self.decoder(torch.cat([resize(t, x[0]) for t in x], 1))


class ASPP(nn.Module):
    def __init__(self, c, stride):
        super().__init__()
        rates = [6 * i * 16 // stride for i in (1, 2, 3)]
        self.branches = nn.ModuleList(
            [conv_bn(c, 256, 1)] + [conv_bn(c, 256, 3, d) for d in rates])
        self.pool = conv_bn(c, 256, 1)
        self.project = conv_bn(5 * 256, 256, 1)

    def forward(self, x):
        pool = resize(self.pool(F.adaptive_avg_pool2d(x, 1)), x)
        return self.project(torch.cat([b(x) for b in self.branches] + [pool], 1))


class DeepLab(nn.Module):
    channels = 256

    def __init__(self, c, stride=16):
        super().__init__()
        self.aspp = ASPP(c[4], stride)
        self.low = conv_bn(c[1], 48, 1)
        self.decoder = nn.Sequential(conv_bn(304, 256), conv_bn(256, 256))

    def forward(self, image, taps):
        low = self.low(taps[1])
        return self.decoder(torch.cat([resize(self.aspp(taps[4]), low), low], 1))


class SmpUNet(nn.Module):
    """The decoder of segmentation_models_pytorch, with the names of UNet."""

    channels = 16

    def __init__(self, c):
        from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder
        super().__init__()
        widths = [256 >> i for i in range(5)]
        smp = UnetDecoder([3] + c, widths, n_blocks=5)
        self.decoder = nn.ModuleList(
            nn.ModuleList([b.conv1, b.conv2]) for b in smp.blocks)
        self.smp = [smp]

    def forward(self, image, taps):
        return self.smp[0]([image] + taps)


DECODERS = {'unet': UNet, 'smp-unet': SmpUNet, 'fpn': FPN, 'lraspp': LRASPP, 'linear': Linear,
            'hypercolumn': Hypercolumn, 'deeplabv3plus': DeepLab}


class Network(nn.Module):
    """Parameters of the parts have no prefix: their names are ours."""

    def __init__(self, encoder, decoder, classes=5):
        super().__init__()
        encoder = ENCODERS[encoder]()
        with torch.no_grad():
            taps = encoder.eval()(torch.zeros(1, 3, 64, 64))
        decoder = DECODERS[decoder]([t.shape[1] for t in taps])
        self.parts = [encoder, decoder]
        for part in self.parts:
            for name, m in part.named_children():
                self.add_module(name, m)
        self.classifier = nn.Conv2d(decoder.channels, classes, 1)

    def forward(self, image):
        encoder, decoder = self.parts
        return resize(self.classifier(decoder(image, encoder(image))), image)


SMOOTH = {nn.ReLU: nn.SiLU, nn.ReLU6: nn.SiLU, nn.Hardswish: nn.SiLU,
          nn.Hardsigmoid: nn.Sigmoid}


def smooth(net):
    """Smooth activations: the gradient is continuous, so rounding errors stay
    small in it, and all of it can be compared."""
    for m in net.parts + list(net.modules()):
        if hasattr(m, 'act'):
            m.act = F.silu
        for name, child in m.named_children():
            if type(child) in SMOOTH:
                setattr(m, name, SMOOTH[type(child)]())
    return net


def smooth_text(text):
    """The same of a network text: an activation within bn becomes a node."""
    names, lines = {}, []
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        name, kind, inputs, *more = line.split()
        inputs = ','.join(names.get(i, i) for i in inputs.split(','))
        more = [m if m[:5] != 'like=' else 'like=' + names.get(m[5:], m[5:])
                for m in more]
        act = [m for m in more if m.startswith('act=')]
        more = [m for m in more if m not in act]
        kind = {'relu': 'silu', 'relu6': 'silu', 'hardswish': 'silu',
                'hardsigmoid': 'sigmoid'}.get(kind, kind)
        lines.append(' '.join([name, kind, inputs] + more))
        if act:
            lines.append(f'{name}.silu silu {name}')
            names[name] = f'{name}.silu'
    return '\n'.join(lines) + '\n'


def cases():
    """Name: network, metadata, images, parameters whose gradients count."""
    out = {}
    for encoder, decoder, more in (
            ('mobilenetv2', 'fpn', {}),
            ('mobilenetv3-large', 'linear', {}),
            ('mobilenetv3-large/16', 'lraspp', {}),
            ('mobilenetv3-large/16', 'deeplabv3plus', {}),
            ('mobilenetv2', 'smp-unet', {}),
            ('vgg16', 'linear', {}),
            ('vgg16-bn', 'unet', {}),
            ('efficientnet-lite0', 'unet', {}),
            ('efficientnet-lite0/8', 'linear', {'output_stride': '8'}),
            ('efficientnet-lite1', 'hypercolumn', {}),
            ('efficientnet-lite2', 'fpn', {})):
        name = f"{encoder.split('/')[0]}-{decoder}"
        meta = {'zoo': name.replace('smp-', ''), 'classes': '5', **more}
        if more:
            name += '-' + more['output_stride']
        size = (4, 96, 64)
        out[name] = lambda e=encoder, d=decoder: Network(e, d), meta, size, ()
        out['smooth-' + name] = (
            lambda e=encoder, d=decoder: smooth(Network(e, d)),
            {**meta, 'smooth': '1'}, size, None)
    return out
