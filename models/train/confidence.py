"""Speak what callers answer, degraded by rooms, lines and noise, for fitting the confidence of the decoder.

    python confidence.py --out DIR --count 1200 --seed 31 --espeak-data DIR

Voices are random vocal tracts of a seed that no training used. DIR/manifest.tsv has the kind of question as condition.
--nothing makes clips in which nobody says a word instead: those of another DIR backwards, and four of them at once.
--made degrades what kokoro.py or voices.py has made (OUT.i16 and OUT.tsv) instead of speaking.
"""

import argparse
import os
import random

import numpy as np
import soundfile

import augment
import texts
from voices import Espeak


def phone(rng):
    return texts.spoken_digits(rng, rng.choice("679") + "".join(rng.choice("0123456789") for _ in range(8)))


def full_dni(rng):
    digits = "".join(rng.choice("0123456789") for _ in range(8))
    return f"{texts.spoken_digits(rng, digits)} {texts.letter_name(rng, texts.DNI_LETTERS[int(digits) % 23])}"


KINDS = [
    ("nif", full_dni, 4),
    ("digits", phone, 3),
    ("date", texts.date, 4),
    ("time", texts.hour, 2),
    ("number", texts.number, 2),
    ("yes_no", texts.yes_no, 2),
    ("open", texts.domain, 4),
    ("open", texts.told, 4),
    ("none", texts.number, 1),
    ("none", texts.key_word, 2),
]


def nothing(args, rng):
    """Speech without words, to be answered by no confidence."""
    with open(os.path.join(args.nothing, "manifest.tsv"), encoding="utf-8") as f:
        made = [line.rstrip("\n").split("\t") for line in f]
    read = lambda clip: soundfile.read(os.path.join(args.nothing, clip[0]))[0]
    with open(os.path.join(args.out, "manifest.tsv"), "w", encoding="utf-8") as manifest:
        for n in range(args.count):
            clips = [read(rng.choice(made)) for _ in range(4 if n % 2 else 1)]
            x = np.zeros(max(len(c) for c in clips))
            for clip in clips:
                x[: len(clip)] += clip / (2 if n % 2 else 1)
            soundfile.write(os.path.join(args.out, f"{n}.wav"), np.clip(x[::-1] if n % 2 == 0 else x, -1, 1), 8000,
                            subtype="PCM_16")
            manifest.write(f"{n}.wav\t-\tnobody\t{rng.choice(made)[3]}\n")


def made(args, dice):
    """Clips of others, through rooms, lines and noise."""
    pcm = np.memmap(args.made + ".i16", dtype="<i2", mode="r")
    with open(args.made + ".tsv", encoding="utf-8") as f, \
            open(os.path.join(args.out, "manifest.tsv"), "w", encoding="utf-8") as manifest:
        for n, line in enumerate(f):
            start, length, voice, text = line.rstrip("\n").split("\t")
            if not args.skip <= n < args.skip + args.count:
                continue
            x = augment.degrade(dice, pcm[int(start) : int(start) + int(length)].astype(np.float32) / 32768, 4.0)
            soundfile.write(os.path.join(args.out, f"{n}.wav"), np.clip(x, -1, 1), 8000, subtype="PCM_16")
            manifest.write(f"{n}.wav\t{text}\t{voice}\topen\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--count", type=int, default=1200)
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--espeak-data", default="/usr/lib/x86_64-linux-gnu/espeak-ng-data")
    ap.add_argument("--nothing", help="DIR of clips to make speech without words of")
    ap.add_argument("--made", help="OUT of kokoro.py or voices.py")
    ap.add_argument("--skip", type=int, default=0, help="clips of --made to leave out at its beginning")
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    if args.nothing:
        return nothing(args, random.Random(args.seed))
    if args.made:
        return made(args, np.random.default_rng(args.seed))
    rng, dice = random.Random(args.seed), np.random.default_rng(args.seed)
    espeak = Espeak(args.espeak_data, rng, variants=60)
    with open(os.path.join(args.out, "manifest.tsv"), "w", encoding="utf-8") as manifest:
        for n in range(args.count):
            kind, make, _ = rng.choices(KINDS, [k[2] for k in KINDS])[0]
            text = " ".join(make(rng).split()).strip(" ,")
            voice, settings = espeak.draw_voice(rng)
            x = espeak.say(text, voice, **settings)
            if len(x) < 1600:
                continue
            x = np.pad(x, (int(dice.uniform(1600, 4000)), int(dice.uniform(2400, 6400))))
            x = augment.degrade(dice, x, 4.0)
            soundfile.write(os.path.join(args.out, f"{n}.wav"), np.clip(x, -1, 1), 8000, subtype="PCM_16")
            manifest.write(f"{n}.wav\t{text}\t{voice}\t{kind}\n")
    espeak.close()


if __name__ == "__main__":
    main()
