#!/usr/bin/env python3
"""What a PyTorch user runs, one question at a time, for tests/bench/pair.

    peer.py step NET LAYOUT     r18 r50 unet lite vit hu; nchw, cl or compile
    peer.py conv SHAPE LAYOUT   one convolution, SHAPE as of tests/bench/conv.c
    peer.py contrast N D        supervised contrastive loss, forward + backward
    peer.py local SIDE stride|block N   supervised local contrast, as loss.c
    peer.py attention N         plain attention of N tokens, 2 images, 3 heads
    peer.py upsample            bilinear x4 and cross-entropy, 8x21x512x512
    peer.py accuracy            prints the errors of tests/bench/accuracy.c

Each line on stdin names what to run once (train, predict; forward, data,
weights; loss); the answer is its milliseconds.  At the end of input the peak RSS in MiB.  Threads from
OMP_NUM_THREADS.  Networks and sizes are those of tests/bench/step.c: batch 8,
256x256 RGB, 21 classes, SGD with momentum.
"""
import os
import re
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

CLASSES = 21


def conv_bn_relu(i, o, k=3, d=1):
    return nn.Sequential(
        nn.Conv2d(i, o, k, 1, d * (k // 2), d, bias=False),
        nn.BatchNorm2d(o), nn.ReLU(inplace=True))


def resize(x, like):
    return F.interpolate(x, size=like.shape[-2:], mode='bilinear',
                         align_corners=False)


class ASPP(nn.Module):
    def __init__(self, ci, co=256):
        super().__init__()
        self.branches = nn.ModuleList(
            [conv_bn_relu(ci, co, 1)] +
            [conv_bn_relu(ci, co, 3, d) for d in (6, 12, 18)])
        self.pool = conv_bn_relu(ci, co, 1)
        self.project = conv_bn_relu(5 * co, co, 1)

    def forward(self, x):
        p = resize(self.pool(F.adaptive_avg_pool2d(x, 1)), x)
        return self.project(torch.cat([b(x) for b in self.branches] + [p], 1))


class DeepLabV3Plus(nn.Module):
    def __init__(self, depth):
        super().__init__()
        if depth == 18:
            r = torchvision.models.resnet18(weights=None)
            for m in r.layer4.modules():
                if isinstance(m, nn.Conv2d):
                    m.stride = (1, 1)
                    if m.kernel_size == (3, 3):
                        m.dilation = m.padding = (2, 2)
            high, low = 512, 64
        else:
            r = torchvision.models.resnet50(
                weights=None,
                replace_stride_with_dilation=[False, False, True])
            high, low = 2048, 256
        self.stem = nn.Sequential(r.conv1, r.bn1, r.relu, r.maxpool)
        self.layer1, self.layer2 = r.layer1, r.layer2
        self.layer3, self.layer4 = r.layer3, r.layer4
        self.aspp = ASPP(high)
        self.low = conv_bn_relu(low, 48, 1)
        self.decoder = nn.Sequential(conv_bn_relu(304, 256),
                                     conv_bn_relu(256, 256))
        self.classifier = nn.Conv2d(256, CLASSES, 1)

    def forward(self, x):
        h = self.layer1(self.stem(x))
        y = self.aspp(self.layer4(self.layer3(self.layer2(h))))
        y = self.decoder(torch.cat([resize(y, h), self.low(h)], 1))
        return resize(self.classifier(y), x)


class UNet(nn.Module):
    def __init__(self, widths=(32, 64, 128, 256)):
        super().__init__()
        self.down, self.up, self.merge = (nn.ModuleList() for _ in range(3))
        p = 3
        for q in widths:
            self.down.append(nn.Sequential(conv_bn_relu(p, q),
                                           conv_bn_relu(q, q)))
            p = q
        for q in widths[-2::-1]:
            self.up.append(nn.ConvTranspose2d(p, q, 2, 2))
            self.merge.append(nn.Sequential(conv_bn_relu(2 * q, q),
                                            conv_bn_relu(q, q)))
            p = q
        self.classifier = nn.Conv2d(p, CLASSES, 1)

    def forward(self, x):
        skips = []
        for i, level in enumerate(self.down):
            x = level(x)
            if i < len(self.down) - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for up, merge in zip(self.up, self.merge):
            x = merge(torch.cat([up(x), skips.pop()], 1))
        return self.classifier(x)


class UNetHu(nn.Module):
    """The U-Net of Hu et al., width 16."""

    def __init__(self, width=16, depth=4):
        super().__init__()
        widths = [width << i for i in range(depth)]

        def block(i, o):
            return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1, bias=False),
                                 nn.InstanceNorm2d(o), nn.LeakyReLU(inplace=True))

        def plain(i, o, act=nn.LeakyReLU):
            return nn.Sequential(nn.Conv2d(i, o, 3, 1, 1), act(inplace=True))

        p, self.down, self.up = 3, nn.ModuleList(), nn.ModuleList()
        for q in widths:
            self.down.append(nn.Sequential(block(p, q), block(q, q)))
            p = q
        self.center = nn.Sequential(
            plain(p, 2 * p, nn.ReLU), plain(2 * p, 2 * p, nn.ReLU),
            nn.ConvTranspose2d(2 * p, p, 2, 2), nn.ReLU(inplace=True))
        for q in widths[::-1]:
            parts = [plain(2 * q, q), plain(q, q)]
            if q > width:
                parts.append(nn.ConvTranspose2d(q, q // 2, 2, 2))
            self.up.append(nn.Sequential(*parts))
        self.classifier = nn.Conv2d(width, CLASSES, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.center(x)
        for level in self.up:
            x = level(torch.cat([x, skips.pop()], 1))
        return self.classifier(x)


class Inverted(nn.Module):
    """A block of EfficientNet-Lite0."""

    def __init__(self, i, o, k, stride, expand):
        super().__init__()
        w = i * expand
        self.same = stride == 1 and i == o
        wide = [nn.Conv2d(i, w, 1, bias=False), nn.BatchNorm2d(w, 1e-3),
                nn.ReLU(inplace=True)]
        self.body = nn.Sequential(
            *(wide if expand > 1 else []),
            nn.Conv2d(w, w, k, stride, k // 2, groups=w, bias=False),
            nn.BatchNorm2d(w, 1e-3), nn.ReLU(inplace=True),
            nn.Conv2d(w, o, 1, bias=False), nn.BatchNorm2d(o, 1e-3))

    def forward(self, x):
        return x + self.body(x) if self.same else self.body(x)


class LiteUNet(nn.Module):
    stages = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40),
              (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
              (1, 3, 1, 6, 320))

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32, 1e-3),
            nn.ReLU(inplace=True))
        self.stage, i = nn.ModuleList(), 32
        for n, k, stride, expand, o in self.stages:
            self.stage.append(nn.Sequential(*[
                Inverted(o if b else i, o, k, 1 if b else stride, expand)
                for b in range(n)]))
            i = o
        self.decoder = nn.ModuleList()
        for skip, o in zip((112, 40, 24, 16, 0), (256, 128, 64, 32, 16)):
            self.decoder.append(nn.Sequential(conv_bn_relu(i + skip, o),
                                              conv_bn_relu(o, o)))
            i = o
        self.classifier = nn.Conv2d(i, CLASSES, 1)

    def forward(self, x):
        skips, x = [], self.stem(x)
        for stage, more in zip(self.stage, self.stages[1:] + ((0, 0, 1),)):
            x = stage(x)
            if more[2] == 2:
                skips.append(x)
        for level in self.decoder:
            x = F.interpolate(x, scale_factor=2, mode='nearest')
            x = level(torch.cat([x, skips.pop()], 1) if skips else x)
        return self.classifier(x)


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.fc1, self.fc2 = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(
            b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-2, -1) * (d // self.heads) ** -.5).softmax(-1)
        x = x + self.proj((a @ v).transpose(1, 2).reshape(b, t, d))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Segmenter(nn.Module):
    def __init__(self, d=192, heads=3, layers=12, image=256):
        super().__init__()
        self.patch = nn.Conv2d(3, d, 16, 16)
        self.pos = nn.Parameter(torch.zeros(1, (image // 16) ** 2, d))
        self.blocks = nn.Sequential(*[Block(d, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(d)
        self.class_tokens = nn.Parameter(torch.randn(1, CLASSES, d) * .02)
        self.input = nn.Linear(d, d)
        self.decoder = nn.Sequential(Block(d, heads), Block(d, heads))
        self.decoder_norm = nn.LayerNorm(d)
        self.patch_proj = nn.Linear(d, d, bias=False)
        self.class_proj = nn.Linear(d, d, bias=False)
        self.mask_norm = nn.LayerNorm(CLASSES)

    def forward(self, x):
        h = self.patch(x)
        g = h.shape[-1]
        h = h.flatten(2).transpose(1, 2) + self.pos
        h = self.input(self.norm(self.blocks(h)))
        h = torch.cat([h, self.class_tokens.expand(len(x), -1, -1)], 1)
        h = self.decoder_norm(self.decoder(h))
        p = F.normalize(self.patch_proj(h[:, :-CLASSES]), dim=-1)
        c = F.normalize(self.class_proj(h[:, -CLASSES:]), dim=-1)
        m = self.mask_norm(p @ c.transpose(1, 2))
        return resize(m.transpose(1, 2).reshape(len(x), CLASSES, g, g), x)


NETS = {'r18': lambda: DeepLabV3Plus(18), 'r50': lambda: DeepLabV3Plus(50),
        'unet': UNet, 'lite': LiteUNet, 'vit': Segmenter,
        'hu': UNetHu}


def network(which, layout):
    net = NETS[which]()
    side = 64 if which == 'hu' else 256
    x = torch.randn(8, 3, side, side)
    target = torch.randint(0, CLASSES, (8, side, side))
    if layout in ('cl', 'compile'):
        net = net.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    opt = torch.optim.SGD(net.parameters(), lr=.01, momentum=.9,
                          weight_decay=1e-4)
    call = torch.compile(net) if layout == 'compile' else net

    def train():
        net.train()
        opt.zero_grad(set_to_none=True)
        F.cross_entropy(call(x), target).backward()
        opt.step()

    def predict():
        net.eval()
        with torch.no_grad():
            call(x)

    return {'train': train, 'predict': predict}


def convolution(shape, layout):
    side, stride, c, k, h, w, more = re.fullmatch(
        r'(\d+)x\1(?:/(\d+))? (\d+)>(\d+) (\d+)x(\d+)(.*)', shape).groups()
    side, stride, c, k = int(side), int(stride or 1), int(c), int(k)
    more = dict((m[0], int(m[1:])) for m in more.split())
    dilation, groups = more.get('d', 1), more.get('g', 1)
    padding = dilation * ((side - 1) // 2)
    order = (torch.channels_last if layout == 'cl'
             else torch.contiguous_format)
    x = torch.randn(8, c, int(h), int(w)).contiguous(memory_format=order)
    weight = torch.randn(k, c // groups, side, side).contiguous(
        memory_format=order)

    def forward():
        with torch.no_grad():
            return F.conv2d(x, weight, None, stride, padding, dilation, groups)

    dy = torch.randn_like(forward())

    def backward(*wanted):
        torch.ops.aten.convolution_backward(
            dy, x, weight, None, [stride] * 2, [padding] * 2, [dilation] * 2,
            False, [0, 0], groups, [*wanted, False])

    return {'forward': forward, 'data': lambda: backward(True, False),
            'weights': lambda: backward(False, True)}


def supcon(f, y, temperature=.1):
    s = f @ f.t() / temperature
    self_pair = torch.eye(len(f), dtype=torch.bool)
    positive = (y[:, None] == y[None, :]) & ~self_pair
    s = s - s.max(1, keepdim=True).values.detach()
    log_p = s - torch.log((torch.exp(s) * ~self_pair).sum(1, keepdim=True))
    return -((log_p * positive).sum(1) / positive.sum(1).clamp(min=1)).mean()


def contrast(n, d):
    z, y = torch.randn(n, d), torch.randint(0, CLASSES, (n,))

    def loss():
        x = z.clone().requires_grad_()
        supcon(F.normalize(x, dim=1), y).backward()

    return {'loss': loss}


def local(side, mode, n):
    block = n if mode == 'block' else 0
    h = side if block else (side - 1) // n + 1
    z = torch.randn(8, h, h, 128)
    a = (torch.arange(h) + .5) / h - .5
    y = torch.where(a[:, None] ** 2 + a ** 2 > .04, 0, torch.where(a > 0, 1, 2))
    y = y.expand(8, h, h)

    def bag(f, y):
        f, y = f.reshape(-1, 128), y.reshape(-1)
        at = torch.nonzero(y)[:, 0]
        if not len(at):
            return None
        s = f[at] @ f.t() / .1
        own = torch.zeros_like(s, dtype=torch.bool)
        own[torch.arange(len(at)), at] = True
        positive = (y[at, None] == y[None]) & ~own
        log_p = s - s.masked_fill(own, -1e9).logsumexp(1, keepdim=True)
        return -((log_p * positive).sum(1) / positive.sum(1)).mean()

    def loss():
        x = z.clone().requires_grad_()
        f = F.normalize(x, dim=3)
        step = block or h
        bags = [bag(f[:, i:i + step, j:j + step], y[:, i:i + step, j:j + step])
                for i in range(0, h, step) for j in range(0, h, step)]
        bags = [b for b in bags if b is not None]
        (sum(bags) / len(bags)).backward()

    return {'loss': loss}


def attention(n):
    qkv = torch.randn(2, n, 3, 3, 64)

    def forward(x):
        q, k, v = x.permute(2, 0, 3, 1, 4)
        return (q @ k.transpose(-2, -1) * 64 ** -.5).softmax(-1) @ v

    def train():
        x = qkv.clone().requires_grad_()
        y = forward(x)
        y.backward(torch.ones_like(y))

    def predict():
        with torch.no_grad():
            forward(qkv)

    return {'train': train, 'predict': predict}


def norm(op, c, side):
    x = torch.randn(8, c, side, side).contiguous(
        memory_format=torch.channels_last)
    w, b = (torch.ones(c, requires_grad=True) for _ in range(2))
    call = {'instance_norm': lambda v: F.instance_norm(v),
            'group_norm': lambda v: F.group_norm(v, 8, w, b),
            'leaky_relu': lambda v: F.leaky_relu(v, 0.01)}[op]
    dy = torch.randn_like(x)

    def train():
        v = x.detach().requires_grad_()
        call(v).backward(dy)

    def predict():
        with torch.no_grad():
            call(x)

    return {'train': train, 'predict': predict}


def upsample():
    z = torch.randn(8, CLASSES, 128, 128)
    y = torch.randint(0, CLASSES, (8, 512, 512))

    def loss():
        x = z.clone().requires_grad_()
        F.cross_entropy(F.interpolate(x, scale_factor=4, mode='bilinear',
                                      align_corners=False), y).backward()

    return {'loss': loss}


def accuracy():
    w = [torch.randn(64, 64, 3, 3) * (2 / 576) ** .5 for _ in range(2)]
    x, dy = torch.randn(8, 64, 120, 160), torch.randn(8, 64, 120, 160)

    def block(order, kind):
        v, u = ([t.to(kind).contiguous(memory_format=order).detach()
                 .requires_grad_() for t in ts] for ts in ([x], w))
        h = v[0]
        for weight in u:
            h = F.relu(F.batch_norm(F.conv2d(h, weight, padding=1), None, None,
                                    training=True))
        h.backward(dy.to(kind))
        return h, v[0].grad, torch.cat([t.grad for t in u])

    truth = block(torch.contiguous_format, torch.double)
    for name, order in (('nchw', torch.contiguous_format),
                        ('cl', torch.channels_last)):
        errors = ((a - b).norm() / b.norm()
                  for a, b in zip(block(order, torch.float), truth))
        print(f'torch {torch.__version__} {name}',
              *(f'{e.item():.1e}' for e in errors), sep='\t')


def main():
    torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '2')))
    torch.manual_seed(0)
    what, args = sys.argv[1], sys.argv[2:]
    if what == 'accuracy':
        return accuracy()
    if what == 'step':
        work = network(*args)
    elif what == 'conv':
        work = convolution(*args)
    elif what == 'attention':
        work = attention(*map(int, args))
    elif what == 'norm':
        work = norm(args[0], *map(int, args[1:]))
    elif what == 'contrast':
        work = contrast(*map(int, args))
    elif what == 'local':
        work = local(int(args[0]), args[1], int(args[2]))
    else:
        work = upsample()
    for line in sys.stdin:
        start = time.perf_counter()
        work[line.strip()]()
        print(f'{1e3 * (time.perf_counter() - start):.3f}', flush=True)
    print(f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}')


if __name__ == '__main__':
    main()
