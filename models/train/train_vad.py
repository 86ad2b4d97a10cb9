"""Train the voice-activity network on speech labelled by its own energy before noise is added.

python train_vad.py --synthetic DATA/a1 --human SPEECH/train/* --out RUN --minutes 12 --seed 7
"""

import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import augment
import features
import net
import sounds
from train import load_human, load_synthetic

STEP = 160
SECONDS = 8


def energies(x):
    """dB per 20 ms step, over the samples its two frames cover."""
    steps = (len(x) - features.FRAME - features.HOP) // STEP + 1
    cover = np.lib.stride_tricks.sliding_window_view(x, 280)[::STEP][:steps]
    return 10 * np.log10((cover**2).mean(1) + 1e-10)


def labels_of(clean, rest=None):
    """Per 20 ms step: 1 speech, 0 none, -1 not counted.

    From the energy of the clean samples; a step is not counted next to a change, nor
    where the speech lies 3 dB or more under `rest`, all that is not speech.
    """
    e = energies(clean)
    top = np.percentile(e[e > -60], 90) if (e > -60).any() else 0
    voiced = e > max(top - 28, -62)
    loud = voiced.copy()
    for gap in range(1, 8):  # stops and short closures inside words are speech
        both = np.zeros_like(voiced)
        both[gap:-gap] = voiced[: -2 * gap] & voiced[2 * gap :]
        loud |= both
    y = loud.astype(np.int8)
    for edge in np.flatnonzero(np.diff(loud.astype(np.int8))):
        y[edge : edge + (4 if loud[edge] else 3)] = -1
    if rest is not None:
        y[loud & (e < energies(rest) - 3)] = -1
    return y


def channel(rng, x, reverb):
    if reverb and rng.random() < 0.25:
        x = augment.reverberate(rng, x)
    if rng.random() < 0.5:
        x = augment.equalise(rng, x)
    return augment.bandlimit(rng, x) if rng.random() < 0.4 else x


class Maker:
    def __init__(self, synthetic, human, seed, pieces=400):
        self.synthetic, self.human = synthetic, human
        self.rng = np.random.default_rng(seed)
        # Music is dear to make: a bank of pieces, cropped anew each time.
        self.music = [sounds.draw(self.rng, 80000, "music").astype(np.float16) for _ in range(pieces)]

    def sound(self, n):
        if self.rng.random() < 0.4:
            piece = self.music[self.rng.integers(len(self.music))]
            start = self.rng.integers(len(piece) - n)
            return piece[start : start + n].astype(np.float32)
        return sounds.draw(self.rng, n)

    def speech(self, n):
        """n clean samples: utterances between silences."""
        rng, x = self.rng, np.zeros(n, np.float32)
        at = int(rng.exponential(0.8) * 8000)
        gap = rng.choice([0.3, 0.8, 2.0])
        while at < n:
            if rng.random() < 0.4:
                clip = self.human[rng.integers(len(self.human))]
                clip = clip[rng.integers(len(clip))][0]
            else:
                clip = self.synthetic[rng.integers(len(self.synthetic))][0]
            clip = clip.astype(np.float32) / 32768
            clip = clip * (10 ** (rng.uniform(-5, 5) / 20) * 0.1 / augment.level(clip))
            k = min(n - at, len(clip))
            x[at : at + k] = clip[:k]
            at += k + int((0.1 + rng.exponential(gap)) * 8000)
        return x

    def segment(self):
        """(samples, labels)."""
        rng, n = self.rng, SECONDS * 8000
        kind = rng.random()
        clean, rest = np.zeros(n, np.float32), np.zeros(n, np.float32)
        if kind < 0.3:
            rest = self.sound(n) * 0.1
        else:
            clean = self.speech(n)
        if kind > 0.65:  # other sounds before, between and, softly, under the words
            under = 10 ** (-rng.uniform(8, 25) / 20)
            gain = np.repeat(np.where(energies(clean) < -50, 1.0, under), STEP)
            gain = np.pad(gain, (0, n - len(gain)), constant_values=under)
            gain = np.convolve(gain, np.ones(400) / 400, "same") if rng.random() < 0.5 else under
            rest = self.sound(n) * 0.1 * gain * rng.uniform(0.1, 1.2)
        seed, gain = rng.integers(1 << 30), 10 ** (rng.uniform(-30, 6) / 20)
        clean, rest = (channel(np.random.default_rng(seed), x, kind >= 0.3) * gain for x in (clean, rest))
        if rng.random() < 0.85:
            loud = rest if kind < 0.3 else clean[np.abs(clean) > 1e-4 * gain]
            noise = augment.noise(rng, n) if rng.random() < 0.7 else sounds.noise(rng, n)
            rest = rest + noise * augment.level(loud) * 10 ** (-rng.uniform(2, 35) / 20)
        x = clean + rest
        if rng.random() < 0.6:
            x = augment.g711(x, rng.integers(2))
        # labels from levels before the gain, so that quiet speech is speech
        labels = labels_of(clean / gain, rest / gain) if kind >= 0.3 else np.zeros(len(energies(x)), np.int8)
        return np.clip(x, -1, 1).astype(np.float32), labels

    def batch(self, size=12):
        xs, ys = zip(*(self.segment() for _ in range(size)))
        feats = np.stack([features.stack(features.log_mel(x), 2) for x in xs])
        return feats, np.stack([y[: feats.shape[1]] for y in ys])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--synthetic", nargs="+", required=True)
    ap.add_argument("--human", nargs="+", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, required=True)
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--rate", type=float, default=3e-3)
    ap.add_argument("--init", help="checkpoint to go on from")
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    maker = Maker(load_synthetic(args.synthetic), load_human(args.human, [0.72, 0.85, 1.0, 1.15]), args.seed)
    model = net.vad()
    first = np.concatenate([maker.batch()[0] for _ in range(6)]).reshape(-1, 40)
    prior, inv_std = first.mean(0), 1 / first.std(0)
    if args.init:
        saved = torch.load(args.init, weights_only=False)
        model.load_state_dict(saved["model"])
        prior, inv_std = saved["prior"], saved["inv_std"]
    scale = lambda f: torch.from_numpy((f - np.tile(prior, 2)) * np.tile(inv_std, 2)).float()
    opt = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=0.01)
    start, step, seen = time.time(), 0, []
    average = None
    while (done := (time.time() - start) / (args.minutes * 60)) < 1:
        f, y = maker.batch()
        y = torch.from_numpy(y)
        for group in opt.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 50) * max(0.5 * (1 + np.cos(np.pi * done)), 0.01)
        model.train()
        inside = torch.ones(f.shape[0], f.shape[1], 1)
        logit = model(scale(f), inside)[0][..., 0]
        counted = y >= 0
        loss = F.binary_cross_entropy_with_logits(logit[counted], y[counted].float())
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        state = {k: v for k, v in model.state_dict().items() if v.is_floating_point()}
        if average is None:
            average = {k: v.clone() for k, v in state.items()}
        torch._foreach_lerp_(
            list(average.values()), list(state.values()), 1 - min(0.995, (1 + step) / (10 + step))
        )
        step += 1
        right = ((logit > 0).long() == y.long())[counted].float().mean().item()
        seen.append((loss.item(), right))
        if step % 50 == 0:
            print(f"{step}\t{time.time() - start:.0f}\t{np.mean(seen, 0)}", flush=True)
            seen = []
    full = dict(model.state_dict())
    full.update(average)
    torch.save(
        {"model": full, "prior": prior, "inv_std": inv_std, "step": step, "seed": args.seed},
        os.path.join(args.out, "last.pt"),
    )


if __name__ == "__main__":
    main()
