"""Train the recogniser: CTC over letters, synthetic and human speech mixed, on one CPU core.

    python train.py --synthetic DATA/a1 DATA/a2 --human SPEECH/train/* --out RUN --minutes 80 --seed 7

RUN/last.pt holds the averaged weights every few minutes; RUN/log.tsv the losses.
"""

import argparse
import multiprocessing as mp
import os
import shutil
import time

import numpy as np
import soundfile
import torch
import torch.nn.functional as F
from scipy.signal import resample_poly

import augment
import features
import net
import sounds
import texts
from texts import encode

SPEEDS = [0.66, 0.72, 0.8, 0.87, 0.94, 1.0, 1.07, 1.15, 1.25]


def trimmed(x, margin=800):
    """Without the quiet ends; a margin of 100 ms stays."""
    n = len(x) // 80
    e = np.log((x[: n * 80].reshape(n, 80) ** 2).mean(1) + 1e-9)
    loud = np.flatnonzero(e > max(np.percentile(e, 95) - 7.5, -16))
    if len(loud) == 0:
        return x
    return x[max(0, loud[0] * 80 - margin) : loud[-1] * 80 + 80 + margin]


def load_synthetic(stems):
    """[(samples i16 view, letters, speed)]"""
    items = []
    for stem in stems:
        wav = np.memmap(stem + ".i16", np.int16, "r")
        with open(stem + ".tsv", encoding="utf-8") as f:
            for line in f:
                start, n, _voice, text = line.rstrip("\n").split("\t")
                items.append((wav[int(start) : int(start) + int(n)], encode(text), 1.0))
    return items


def clips_of(folder):
    """(path, text) of the manifest's clips with check A, B or T and no digits in the text."""
    with open(os.path.join(folder, "manifest.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f][1:]
    return [
        (os.path.join(folder, path), text)
        for path, text, _who, _secs, check in rows
        if check in "ABT" and encode(text) and not any(c.isdigit() for c in text)
    ]


def load_human(folders, speeds, but_sixth=()):
    """Human clips, each at several speeds; of folders in `but_sixth` every sixth is left out."""
    items = []
    for folder in [*folders, *but_sixth]:
        for i, (path, text) in enumerate(clips_of(folder)):
            if folder in but_sixth and i % 6 == 0:
                continue
            x, rate = soundfile.read(path, dtype="float32")
            assert rate == features.RATE, path
            x = trimmed(x)
            x = x * (0.5 / (np.abs(x).max() + 1e-6))
            variants = [
                ((x if s == 1 else resample_poly(x, 100, round(100 * s))) * 32767).astype(np.int16)
                for s in speeds
            ]
            items.append([(v, encode(text), s) for v, s in zip(variants, speeds)])
    return items


class Maker:
    """Draws, joins, degrades and batches utterances."""

    def __init__(self, synthetic, human, prior, inv_std, seed, other=0.0):
        self.synthetic, self.human, self.other = synthetic, human, other
        self.prior, self.inv_std = prior, inv_std
        self.rng = np.random.default_rng(seed)

    def clip(self, human):
        if human:
            variants = self.human[self.rng.integers(len(self.human))]
            return variants[self.rng.integers(len(variants))]
        return self.synthetic[self.rng.integers(len(self.synthetic))]

    def utterance(self, human_share, raw=False):
        """(normalised frames [T, 40], letters); log-mel frames if `raw`."""
        rng = self.rng
        if rng.random() < self.other * 0.4:
            x = sounds.draw(rng, int(rng.uniform(0.8, 5) * 8000), self.kind()) * 0.1
            return self.frames(x, 1.0, raw), []
        human = rng.random() < human_share
        clips = [self.clip(human)]
        while len(clips) < 4 and len(clips[-1][0]) < 12000 and rng.random() < (0.4 if human else 0.3):
            other = self.clip(human if rng.random() < 0.8 else not human)
            if len(other[0]) > 16000 or (clips[0][2] != other[2] and human):
                other = next(
                    (v for v in self.human[rng.integers(len(self.human))] if v[2] == clips[0][2]), None
                )
            if other is None:
                break
            clips.append(other)
        parts, letters = [np.zeros(int(rng.exponential(0.2) * 8000))], []
        for i, (x, text, _) in enumerate(clips):
            x = x.astype(np.float32) / 32768
            if i == 0 and rng.random() < 0.08:
                x = x[rng.integers(0, 480) :]
            if i:
                parts.append(np.zeros(int(rng.uniform(0.0, 0.5) * 8000)))
                x = x * 10 ** (rng.uniform(-4, 4) / 20)
            parts.append(x)
            letters += ([1] if i else []) + text
        parts.append(np.zeros(int(rng.uniform(0.08, 0.6) * 8000)))
        if rng.random() < self.other:
            x = sounds.draw(rng, int(rng.uniform(0.1, 1.2) * 8000), self.kind())
            x = x * 0.1 * 10 ** (rng.uniform(-20, 6) / 20)
            parts.insert(rng.choice([0, len(parts)]), x)
        x = np.concatenate(parts)[: 8000 * 22].astype(np.float32)
        if rng.random() < self.other:
            x = self.babble(x)
        return self.frames(x, clips[0][2], raw), letters

    def kind(self):
        kinds = [k for k in sounds.KINDS if k != "music" or self.rng.random() < 0.3]
        return kinds[self.rng.integers(len(kinds))]

    def babble(self, x):
        """Softer voices behind."""
        rng, behind = self.rng, np.zeros(len(x), np.float32)
        for _ in range(rng.integers(2, 6)):
            clip = self.clip(rng.random() < 0.3)[0].astype(np.float32) / 32768
            at = rng.integers(0, len(x))
            k = min(len(x) - at, len(clip))
            behind[at : at + k] += clip[:k] / augment.level(clip)
        return x + behind * augment.level(x) * 10 ** (-rng.uniform(10, 25) / 20)

    def frames(self, x, speed, raw):
        """Degraded, warped, normalised and masked."""
        rng = self.rng
        x = augment.degrade(rng, x)
        shape = rng.uniform(0.82, 1.2)
        tempo = float(np.clip(rng.uniform(0.8, 1.3) / speed, 0.7, 1.7))
        e = augment.spectrum(rng, x, tempo, float(np.clip(speed / shape, 0.78, 1.25)))
        if raw:
            return e
        y = features.causal_mean(e, self.prior, self.inv_std)
        return augment.mask(rng, y, 0.0)

    def batches(self, human_share, pool=320, seconds=60):
        """A shuffled list of (x [B, T, 120], steps [B], letters, lengths) of like lengths."""
        items = []
        for _ in range(pool):
            y, letters = self.utterance(human_share)
            v = features.stack(y, 3)
            repeats = sum(a == b for a, b in zip(letters, letters[1:]))
            if len(v) >= len(letters) + repeats + 2:
                items.append((v, letters))
        items.sort(key=lambda i: len(i[0]))
        out, start = [], 0
        while start < len(items):
            end = start
            while end < len(items) and (end - start + 1) * len(items[end][0]) <= seconds * 33.4:
                end += 1
            end = max(end, start + 1)
            out.append(pad(items[start:end]))
            start = end
        self.rng.shuffle(out)
        return out


def pad(items):
    t = max(len(v) for v, _ in items)
    x = np.zeros((len(items), t, 120), np.float32)
    for i, (v, _) in enumerate(items):
        x[i, : len(v)] = v
    steps = np.array([len(v) for v, _ in items])
    letters = np.concatenate([np.array(l, np.int64) for _, l in items])
    return x, steps, letters, np.array([len(l) for _, l in items])


def work(maker, q, share):
    torch.set_num_threads(1)
    while True:
        for batch in maker.batches(share.value):
            q.put(batch)


def statistics(synthetic, human, seed, n=600):
    """prior and inv_std over degraded speech."""
    prior, ones = np.zeros(40, np.float32), np.ones(40, np.float32)
    maker = Maker(synthetic, human, prior, ones, seed)
    raw = [e for e in (maker.utterance(0.3, raw=True)[0] for _ in range(n)) if len(e)]
    prior = np.concatenate(raw).mean(0).astype(np.float32)
    centred = [features.causal_mean(e, prior, ones) for e in raw]
    return prior, (1 / np.concatenate(centred).std(0)).astype(np.float32)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--synthetic", nargs="+", required=True)
    ap.add_argument("--human", nargs="+", required=True)
    ap.add_argument(
        "--human-but-sixth", nargs="*", default=[], help="of these every sixth clip is kept for measuring"
    )
    ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, required=True, help="the rate decays to 0 over this time")
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--rate", type=float, default=2e-3)
    ap.add_argument("--drop", type=float, default=0.08)
    ap.add_argument(
        "--human-share", type=float, nargs=2, default=[0.25, 0.5], help="before and after 55 %% of the time"
    )
    ap.add_argument(
        "--other",
        type=float,
        default=0.0,
        help="share of utterances with sounds that are not speech beside them, and with babble",
    )
    ap.add_argument("--init", nargs="+", help="checkpoints whose mean to go on from, oldest first")
    ap.add_argument("--workers", type=int, default=1)
    ap.add_argument("--channels", type=int, default=net.EAR_CHANNELS)
    ap.add_argument("--phonemes", action="store_true", help="sounds for targets, to compare with letters")
    ap.add_argument("--core", type=int, help="pin the training thread to this core")
    args = ap.parse_args()
    args.kept = 0
    texts.PHONEMES = args.phonemes
    os.makedirs(args.out, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    synthetic = load_synthetic(args.synthetic)
    human = load_human(args.human, SPEEDS, args.human_but_sixth)
    print(f"{len(synthetic)} synthetic, {len(human)} human utterances", flush=True)
    model = net.ear(args.drop, middle=True, channels=args.channels)
    if args.init:
        saved = net.average(args.init)
        model.load_state_dict(net.grow(saved["model"]))
        prior, inv_std = saved["prior"], saved["inv_std"]
    else:
        prior, inv_std = statistics(synthetic, human, args.seed)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    q, share = mp.Queue(12), mp.Value("d", args.human_share[0])
    for i in range(args.workers):
        maker = Maker(synthetic, human, prior, inv_std, args.seed * 1000 + i, args.other)
        mp.Process(target=work, args=(maker, q, share), daemon=True).start()
    if args.core is not None:
        os.sched_setaffinity(0, {args.core})
    run(args, model, prior, inv_std, q, share)


def run(args, model, prior, inv_std, q, share):
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    opt = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0}],
        lr=args.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    state = {k: v for k, v in model.state_dict().items() if v.is_floating_point()}
    average = {k: v.clone() for k, v in state.items()}
    start, saved, step, sums, waited = time.time(), time.time(), 0, [], 0.0
    model.train()
    while True:
        done = (time.time() - start) / (args.minutes * 60)
        if done >= 1:
            break
        share.value = args.human_share[0] if done < 0.55 else args.human_share[1]
        t0 = time.time()
        x, steps, letters, lengths = q.get()
        waited += time.time() - t0
        warm = min(1, (step + 1) / 300)
        for group in opt.param_groups:
            group["lr"] = args.rate * warm * max(0.5 * (1 + np.cos(np.pi * done)), 0.005)
        loss = ctc(model, x, steps, letters, lengths)
        if torch.isfinite(loss):
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            sums.append(loss.item())
        step += 1
        w = 1 - min(0.999, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(average.values()), list(state.values()), w)
        if step % 100 == 0:
            line = f"{step}\t{time.time() - start:.0f}\t{np.mean(sums):.4f}\t{waited:.1f}"
            sums, waited = [], 0.0
            print(line, flush=True)
            with open(os.path.join(args.out, "log.tsv"), "a", encoding="utf-8") as f:
                f.write(line + "\n")
        if time.time() - saved > 180:
            saved = time.time()
            save(args, model, average, prior, inv_std, step)
    save(args, model, average, prior, inv_std, step)
    print(f"{step} steps in {(time.time() - start) / 60:.1f} minutes", flush=True)


def ctc(model, x, steps, letters, lengths):
    x = torch.from_numpy(x)
    steps, lengths = torch.from_numpy(steps), torch.from_numpy(lengths)
    inside = (torch.arange(x.shape[1])[None] < steps[:, None])[..., None]
    with torch.autocast("cpu", torch.bfloat16):
        logits, mid = model(x.to(torch.bfloat16), inside.to(torch.bfloat16))
    total, targets = 0.0, torch.from_numpy(letters)
    for out, weight in ((logits, 1.0), (mid, 0.25)):
        lp = out.float().log_softmax(-1).transpose(0, 1)
        loss = F.ctc_loss(lp, targets, steps, lengths, reduction="sum", zero_infinity=True)
        total = total + weight * loss / lengths.sum()
    return total


def save(args, model, average, prior, inv_std, step):
    full = dict(model.state_dict())
    full.update(average)
    path = os.path.join(args.out, "last.pt")
    torch.save(
        {
            "model": full,
            "raw": model.state_dict(),
            "prior": prior,
            "inv_std": inv_std,
            "step": step,
            "seed": args.seed,
        },
        path + ".tmp",
    )
    os.replace(path + ".tmp", path)
    if step - args.kept >= 1800:  # for averaging at export
        args.kept = step
        shutil.copy(path, os.path.join(args.out, f"{step}.pt"))


if __name__ == "__main__":
    main()
