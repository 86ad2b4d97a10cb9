"""Speak what callers answer, degraded by rooms, lines and noise, for fitting the confidence of the decoder.

    python confidence.py --out DIR --count 1200 --seed 31 --espeak-data DIR

Voices are random vocal tracts of a seed that no training used. DIR/manifest.tsv has the kind of question as condition.
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


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--count", type=int, default=1200)
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--espeak-data", required=True)
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
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
