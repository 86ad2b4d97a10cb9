"""Train the end-of-turn head: from the last block of a trained ear, whether whoever fell silent has ended.

    python train_end.py --ear RUN/last.pt --synthetic DATA/a4 DATA/a5 --human SPEECH/dev/tuxpaint-es \
        --out RUN/end.pt --utterances 6000 --seed 21

Synthetic utterances are broken by a pause at one of their commas, or between two words that were said in one breath,
and end in silence. Human sentences are only measured: their own pauses against their ends.
"""

import argparse

import numpy as np
import soundfile
import torch
import torch.nn.functional as F

import augment
import features
import net
from train import clips_of, load_synthetic, trimmed

STEP = 240
# Steps that a row sees beyond its own, and the first and last after the last sound that are asked.
AHEAD, FIRST, LAST = 7, -2, 30
SPACE = 1


class Ear:
    """The network without its last layer."""

    def __init__(self, path):
        saved = torch.load(path, weights_only=False)
        self.model = net.ear(middle=True)
        self.model.load_state_dict(net.grow(saved["model"]))
        self.model.eval()
        self.prior, self.inv_std = saved["prior"], saved["inv_std"]

    @torch.no_grad()
    def rows(self, x, warp=1.0):
        """[T, channels] of float samples."""
        e = features.log_mel(x) if warp == 1.0 else augment.spectrum(np.random.default_rng(0), x, 1.0, warp)
        y = features.stack(features.causal_mean(e, self.prior, self.inv_std), 3)
        v = torch.from_numpy(y)[None]
        inside = torch.ones(1, v.shape[1], 1)
        h = F.relu(self.model.front(v))
        for block in self.model.blocks:
            h = block(h, inside)
        return h[0].numpy()

    @torch.no_grad()
    def letters(self, rows):
        return self.model.out(torch.from_numpy(rows)).softmax(-1).numpy()


def quiet_runs(x, least):
    """(start, end) in samples of the quiet inside the speech that last `least` seconds or more; the speech's own
    start and end."""
    n = len(x) // 80
    e = 10 * np.log10((x[: n * 80].reshape(n, 80) ** 2).mean(1) + 1e-10)
    loud = np.flatnonzero(e > np.percentile(e, 95) - 32)
    runs = [(a * 80 + 80, b * 80) for a, b in zip(loud, loud[1:]) if (b - a - 1) * 0.01 >= least]
    return runs, loud[0] * 80, loud[-1] * 80 + 80


def broken(rng, ear, x):
    """(samples, where a pause was put, its length, where the speech ends, what kind of pause); None without one."""
    runs, start, end = quiet_runs(x, 0.05)
    if runs and rng.random() < 0.6:
        a, b = runs[rng.integers(len(runs))]
        kind = "comma"
    else:
        p = ear.letters(ear.rows(x))[:, SPACE]
        gaps = [t for t in np.flatnonzero(p > 0.5) * STEP + STEP // 2 if start + 1600 < t < end - 1600]
        if not gaps:
            return None
        a = b = int(gaps[rng.integers(len(gaps))])
        kind = "breath"
    gap = int(min(0.35 + rng.exponential(0.5), 2.0) * 8000)
    left, right = x[:a].copy(), x[b:end].copy()
    fade = np.linspace(1, 0, 80, dtype=np.float32)
    if len(left) > 80 and len(right) > 80:
        left[-80:] *= fade
        right[:80] *= fade[::-1]
    lead = np.zeros(int(rng.uniform(0.1, 0.4) * 8000), np.float32)
    whole = np.concatenate([lead, left, np.zeros(gap, np.float32), right, np.zeros(12000, np.float32)])
    return whole, len(lead) + a, gap, len(lead) + a + gap + len(right), kind


def asked(rows, at, length):
    """Rows from just before the silence at sample `at`, as far as none sees beyond its `length`."""
    first = at // STEP + FIRST
    last = min(at // STEP + LAST, (at + length) // STEP - AHEAD - 1, len(rows) - 1)
    return [(t - at // STEP, rows[t]) for t in range(max(first, 0), last)]


def draw(rng, ear, items, count):
    """[(steps after the last sound, row, ended, kind)]"""
    out = []
    while count:
        x = items[rng.integers(len(items))][0].astype(np.float32) / 32768
        made = broken(rng, ear, x * 0.1 / augment.level(x))
        if made is None:
            continue
        count -= 1
        x, at, gap, end, kind = made
        rows = ear.rows(augment.degrade(rng, x, 5.0), float(rng.choice(augment.WARPS)))
        out += [(n, row, 0, kind) for n, row in asked(rows, at, gap)]
        out += [(n, row, 1, "end") for n, row in asked(rows, end, len(x) - end)]
    return out


def human(ear, folder):
    """The same of sentences as they were read: their pauses of 250 ms or more, and their ends."""
    out, rng = [], np.random.default_rng(5)
    for path, _ in clips_of(folder):
        x = trimmed(soundfile.read(path, dtype="float32")[0])
        x = x * 0.06 / augment.level(x)
        runs, _, end = quiet_runs(x, 0.25)
        x = np.pad(x[:end], (2400, 12000)) + rng.standard_normal(end + 14400).astype(np.float32) * 3e-4
        rows = ear.rows(augment.g711(x.astype(np.float32), 1))
        for a, b in runs:
            out += [(n, row, 0, "human pause") for n, row in asked(rows, 2400 + a, b - a)]
        out += [(n, row, 1, "human end") for n, row in asked(rows, 2400 + end, 12000)]
    return out


def area(p, y):
    """Area under the curve of hits against false alarms."""
    order = np.argsort(p)
    rank = np.empty(len(p))
    rank[order] = np.arange(1, len(p) + 1)
    ones = (y == 1).sum()
    return (rank[y == 1].sum() - ones * (ones + 1) / 2) / max(ones * (len(y) - ones), 1)


def report(name, weights, data):
    w, b = weights
    for n in (0, 2, 4, 6, 10):
        here = [(row @ w + b, y, kind) for step, row, y, kind in data if step == n]
        if not here:
            continue
        z, y = np.array([h[0] for h in here]), np.array([h[1] for h in here])
        kinds = sorted({h[2] for h in here if h[1] == 0})
        each = ", ".join(
            f"{k} {100 * area(z[o], y[o]):.1f} % of {(y[o] == 0).sum()}"
            for k in kinds
            for o in [np.array([h[2] == k or h[1] == 1 for h in here])]
        )
        bar = np.quantile(z[y == 0], 0.97) if (y == 0).any() else 0
        print(
            f"{name}, known {(n + AHEAD) * 30} ms into the silence: area {each}; "
            f"ends told at 3 % of pauses: {100 * (z[y == 1] > bar).mean():.1f} %",
            flush=True,
        )


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--ear", required=True)
    ap.add_argument("--synthetic", nargs="+", required=True)
    ap.add_argument("--human", help="folder of sentences to measure on")
    ap.add_argument("--held-out", help="synthetic voices to measure on")
    ap.add_argument("--out", required=True)
    ap.add_argument("--utterances", type=int, default=6000)
    ap.add_argument("--seed", type=int, required=True)
    args = ap.parse_args()
    torch.set_num_threads(1)
    rng, ear = np.random.default_rng(args.seed), Ear(args.ear)
    data = draw(rng, ear, load_synthetic(args.synthetic), args.utterances)
    h = torch.from_numpy(np.stack([d[1] for d in data]))
    y = torch.tensor([d[2] for d in data], dtype=torch.float32)
    mean, std = h.mean(0), h.std(0) + 1e-3
    head = torch.nn.Linear(h.shape[1], 1)
    opt = torch.optim.AdamW(head.parameters(), lr=3e-3, weight_decay=0.01)
    # an end counts as much as a pause
    share = y.mean()
    weight = torch.where(y == 1, 0.5 / share, 0.5 / (1 - share))
    torch.manual_seed(args.seed)
    for turn in range(12):
        order = torch.randperm(len(y))
        for at in range(0, len(y), 1024):
            o = order[at : at + 1024]
            z = head((h[o] - mean) / std)[:, 0]
            loss = F.binary_cross_entropy_with_logits(z, y[o], weight[o])
            opt.zero_grad()
            loss.backward()
            opt.step()
    w = (head.weight[0] / std).detach()
    b = (head.bias[0] - (w * mean).sum()).detach()
    weights = w.numpy(), float(b)
    print(f"{len(y)} rows, {100 * share:.0f} % of ends; loss {loss.item():.3f}")
    if args.held_out:
        report("synthetic, held-out voices", weights, draw(rng, ear, load_synthetic([args.held_out]), 500))
    if args.human:
        report("human", weights, human(ear, args.human))
    torch.save({"w": w, "b": b, "utterances": args.utterances, "seed": args.seed}, args.out)


if __name__ == "__main__":
    main()
