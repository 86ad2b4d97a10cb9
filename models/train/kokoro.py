"""Speak callers' texts with Kokoro's voices, in the form of voices.py: OUT.i16 and OUT.tsv, 8 kHz.

    python kokoro.py --out DATA/k1 --hours 10 --seed 1 --words /usr/share/dict/spanish \
        --model K/kokoro.onnx --vocabulary K/vocab.json --voices K [--held-out]

Every voice is a blend of its own, so none comes twice. Phonemes are eSpeak NG's, of Spain or of America.
Each clip follows from the seed and its number alone: stopped at any time and started again with the same
arguments, it goes on behind the last whole clip, and two runs give the same clips.
"""

import argparse
import json
import os
import random
import re
import subprocess
import time

import numpy as np
import onnxruntime
from scipy.signal import resample_poly

from callers import Callers, hesitant
from texts import Texts, encode
from voices import frequent

# Voices that no blend for training holds: the unseen ones of evaluate.py are blends of these.
HELD_OUT = ["am_michael", "af_heart", "em_santa", "ff_siwis", "im_nicola"]
# Voices of Romance languages speak Spanish with the least accent: they are drawn more often.
NEAR = "efip"
# eSpeak NG's spelling of a sound, Kokoro's.
SPELLINGS = [("tʃ", "ʧ"), ("dʒ", "ʤ"), ("ts", "ʦ"), ("-", ""), ("_", ""), ("\u200d", "")]
RATE = 8000
GRAMMAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../asr/src/decode/es_names.grammar")
SENTENCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sentences.txt")


def phonemes(text, accent):
    """How eSpeak NG says the text, in Kokoro's signs; a clause on each of eSpeak NG's lines."""
    run = subprocess.run(["espeak-ng", "-q", "--ipa=3", "-v", accent, text], capture_output=True, text=True, check=True)
    said = re.sub(r"\([a-z-]+\)", "", run.stdout)
    for theirs, ours in SPELLINGS:
        said = said.replace(theirs, ours)
    return ", ".join(re.sub(r"\s+", " ", clause).strip() for clause in said.split("\n") if clause.strip())


def trimmed(x, margin=640):
    """Without the quiet ends; 80 ms stay."""
    n = len(x) // 80
    if n == 0:
        return x
    e = np.log((x[: n * 80].reshape(n, 80) ** 2).mean(1) + 1e-9)
    loud = np.flatnonzero(e > max(np.percentile(e, 95) - 8.5, -16))
    if len(loud) == 0:
        return x
    return x[max(0, loud[0] * 80 - margin) : loud[-1] * 80 + 80 + margin]


class Kokoro:
    """The network with its voices, on one thread."""

    def __init__(self, model, vocabulary, voices, held_out):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.run = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]).run
        with open(vocabulary, encoding="utf-8") as f:
            self.signs = json.load(f)["vocab"]
        names = sorted(f.removesuffix(".bin") for f in os.listdir(voices) if f.endswith(".bin"))
        self.names = [n for n in names if (n in HELD_OUT) == held_out]
        self.near = [n for n in self.names if n[0] in NEAR]
        read = lambda n: np.fromfile(os.path.join(voices, n + ".bin"), np.float32).reshape(-1, 256)  # noqa: E731
        self.styles = {n: read(n) for n in self.names}

    def draw_voice(self, rng):
        """{voice: share}, from nearly one voice to four mixed."""
        count = rng.choices([2, 3, 4], [6, 3, 1])[0]
        pick = []
        while len(pick) < count:
            name = rng.choice(self.near if rng.random() < 0.4 else self.names)
            if name not in pick:
                pick.append(name)
        shares = [rng.gammavariate(0.8, 1) + 0.01 for _ in pick]
        return {name: share / sum(shares) for name, share in zip(pick, shares)}

    def say(self, said, voice, pace):
        """Float samples at 8 kHz, or none where the text is too long or too short."""
        tokens = [self.signs[c] for c in said if c in self.signs]
        if not 2 <= len(tokens) <= 400:
            return np.zeros(0, np.float32)
        style = sum(share * self.styles[n][len(tokens) - 1] for n, share in voice.items())
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style.reshape(1, 256).astype(np.float32),
            "speed": np.array([pace], np.float32),
        }
        return trimmed(resample_poly(self.run(None, feed)[0].ravel(), 1, 3).astype(np.float32))

    def clip(self, rng, callers):
        """(voice in words, text, samples) of one caller."""
        pieces = hesitant(rng, callers.draw(rng))
        voice, accent = self.draw_voice(rng), rng.choice(["es", "es-419"])
        # People speak slower than Kokoro at 1.
        pace = rng.triangular(0.7, 1.4, 0.88)
        sound = []
        for i, piece in enumerate(pieces):
            if i:
                sound.append(np.zeros(int(RATE * rng.uniform(0.2, 1.3)), np.float32))
            asks = piece.startswith("¿") or piece.endswith("?")
            tail = "?" if asks else rng.choice([".", ".", ".", ",", "…", ""])
            sound.append(self.say(phonemes(piece, accent) + tail, voice, pace))
            if len(sound[-1]) == 0:
                sound = [sound[-1]]
                break
        blend = "+".join(f"{n}*{share:.3f}" for n, share in voice.items())
        return f"{blend}:{accent}:{pace:.2f}", " ".join(pieces), np.concatenate(sound)


def resumed(out):
    """(samples, next clip) after the last clip that is whole; what is behind it is cut off."""
    total, number, keep = 0, 0, []
    have = os.path.getsize(out + ".i16") // 2 if os.path.exists(out + ".i16") else 0
    if os.path.exists(out + ".tsv"):
        with open(out + ".tsv", encoding="utf-8") as f:
            for line in f:
                row = line.rstrip("\n").split("\t")
                if not line.endswith("\n") or len(row) != 4 or int(row[0]) + int(row[1]) > have:
                    break
                keep.append(line)
                total, number = int(row[0]) + int(row[1]), int(row[2].split(":")[1]) + 1
    with open(out + ".tsv", "w", encoding="utf-8") as f:
        f.writelines(keep)
    with open(out + ".i16", "ab") as f:
        f.truncate(total * 2)
    return total, number


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--hours", type=float, required=True)
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--words", required=True)
    ap.add_argument("--model", required=True)
    ap.add_argument("--vocabulary", required=True)
    ap.add_argument("--voices", required=True)
    ap.add_argument("--held-out", action="store_true", help="only voices kept out of training")
    args = ap.parse_args()
    with open(args.words, encoding="utf-8") as words, open(SENTENCES, encoding="utf-8") as sentences:
        callers = Callers(GRAMMAR, Texts(words, frequent()), [s.strip() for s in sentences])
    kokoro = Kokoro(args.model, args.vocabulary, args.voices, args.held_out)
    total, number = resumed(args.out)
    begun, start, want = total, time.time(), int(args.hours * 3600 * RATE)
    print(f"from clip {number}, {total / RATE / 3600:.2f} h", flush=True)
    with open(args.out + ".i16", "ab") as wav, open(args.out + ".tsv", "a", encoding="utf-8") as tsv:
        while total < want:
            rng = random.Random(f"{args.seed}:{args.held_out}:{number}")
            voice, text, x = kokoro.clip(rng, callers)
            number += 1
            if not encode(text) or len(x) < 1200 or len(x) > RATE * 16 or np.abs(x).max() < 0.01:
                continue
            x = x * (rng.uniform(0.2, 0.9) / np.abs(x).max())
            # The samples before the line that speaks of them: a stop in between leaves nothing half.
            wav.write((x * 32767).astype(np.int16).tobytes())
            wav.flush()
            tsv.write(f"{total}\t{len(x)}\tkokoro:{number - 1}:{voice}\t{text}\n")
            tsv.flush()
            total += len(x)
            if number % 50 == 0:
                print(f"{number} clips, {total / RATE / 3600:.3f} h, {time.time() - start:.0f} s", flush=True)
    print(f"{number} clips, {total / RATE / 3600:.2f} h, {(total - begun) / RATE / 3600:.2f} of them now", flush=True)


if __name__ == "__main__":
    main()
