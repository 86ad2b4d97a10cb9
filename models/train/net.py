"""The network of SPEC.md in PyTorch: residual blocks of dilated taps written as matrices."""

import torch
import torch.nn.functional as F
from torch import nn

# Time offsets of each block, in steps; the positive ones sum to 7 (210 ms of look-ahead).
EAR_BLOCKS = [
    [-2, -1, 0, 1, 2],
    [-2, -1, 0, 1, 2],
    [-4, -2, 0, 2],
    [-3, -2, -1, 0, 1],
    [-4, -2, -1, 0],
    [-6, -4, -2, 0],
    [-4, -3, -2, -1, 0],
    [-8, -4, 0],
    [-5, -3, -1, 0],
    [-3, -2, -1, 0],
    [-9, -6, -3, 0],
    [-6, -3, -1, 0],
    [-2, -1, 0],
]
# Blocks that a network of ten did not have; they start as nothing added.
EAR_GROWN = [4, 8, 11]
EAR_CHANNELS = 224
VAD_BLOCKS = [[-2, -1, 0], [-4, -2, 0], [-8, -4, 0], [-16, -8, 0], [-32, -16, 0], [-2, -1, 0]]
VAD_CHANNELS = 40


class Block(nn.Module):
    def __init__(self, channels, offsets, drop=0.0):
        super().__init__()
        self.offsets, self.drop = offsets, drop
        self.w1 = nn.Linear(channels * len(offsets), channels, bias=False)
        self.norm = nn.BatchNorm1d(channels, momentum=0.02)
        self.w2 = nn.Linear(channels, channels)
        nn.init.normal_(self.w1.weight, std=(2 / (channels * len(offsets))) ** 0.5)
        nn.init.normal_(self.w2.weight, std=0.3 * (2 / channels) ** 0.5)
        nn.init.zeros_(self.w2.bias)

    def forward(self, x, inside):
        b, t, c = x.shape
        past, ahead = -min(self.offsets), max(0, max(self.offsets))
        padded = F.pad(x, (0, 0, past, ahead))
        taps = torch.cat([padded[:, past + o : past + o + t] for o in self.offsets], -1)
        h = self.w1(taps.view(b * t, -1))
        h = F.relu(self.norm(h), inplace=True).view(b, t, -1)
        if self.training and self.drop:
            keep = (torch.rand(b, 1, h.shape[-1], device=h.device) > self.drop).to(h.dtype)
            h = h * (keep / (1 - self.drop))
        return (x + self.w2(h)) * inside

    def folded(self):
        """w1, b1 with the normalisation inside."""
        n = self.norm
        scale = n.weight / torch.sqrt(n.running_var + n.eps)
        return self.w1.weight * scale[:, None], n.bias - n.running_mean * scale


class Net(nn.Module):
    def __init__(self, inputs, channels, blocks, outputs, drop=0.0, middle=False):
        super().__init__()
        self.front = nn.Linear(inputs, channels)
        self.blocks = nn.ModuleList(Block(channels, o, drop) for o in blocks)
        self.out = nn.Linear(channels, outputs)
        self.middle = nn.Linear(channels, outputs) if middle else None

    def forward(self, x, inside):
        """x [B, T, inputs], inside [B, T, 1] of ones and zeros -> logits, middle logits."""
        h = F.relu(self.front(x)) * inside
        mid = None
        for i, block in enumerate(self.blocks):
            h = block(h, inside)
            if self.training and self.middle is not None and i == len(self.blocks) // 2:
                mid = self.middle(h)
        return self.out(h), mid

    def tensors(self):
        """The tensors of SPEC.md, f32."""
        t = {
            "in.w": self.front.weight,
            "in.b": self.front.bias,
            "out.w": self.out.weight,
            "out.b": self.out.bias,
        }
        for i, block in enumerate(self.blocks):
            t[f"block.{i}.w1"], t[f"block.{i}.b1"] = block.folded()
            t[f"block.{i}.w2"], t[f"block.{i}.b2"] = block.w2.weight, block.w2.bias
        return {k: v.detach().float().contiguous() for k, v in t.items()}


def ear(drop=0.0, middle=False, channels=EAR_CHANNELS):
    return Net(120, channels, EAR_BLOCKS, 29, drop, middle)


def vad():
    return Net(80, VAD_CHANNELS, VAD_BLOCKS, 1)


def grow(state):
    """The weights of a network of ten blocks as one of thirteen that computes the same."""
    if f"blocks.{len(EAR_BLOCKS) - 1}.w1.weight" in state:
        return state
    fresh = {k: v for k, v in ear(middle=True).state_dict().items() if k.startswith("blocks.")}
    old = iter(range(len(EAR_BLOCKS)))
    place = {n: next(old) for n in range(len(EAR_BLOCKS)) if n not in EAR_GROWN}
    grown = {k: v for k, v in state.items() if not k.startswith("blocks.")}
    for name, value in fresh.items():
        _, n, part = name.split(".", 2)
        if int(n) in place:
            grown[name] = state[f"blocks.{place[int(n)]}.{part}"]
        else:
            grown[name] = torch.zeros_like(value) if part.startswith("w2") else value
    return grown


def average(checkpoints):
    """The last checkpoint with the mean of all their weights."""
    saved = [torch.load(c, weights_only=False) for c in checkpoints]
    for name, value in saved[-1]["model"].items():
        if value.is_floating_point():
            saved[-1]["model"][name] = sum(s["model"][name] for s in saved) / len(saved)
    return saved[-1]
