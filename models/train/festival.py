"""Spanish from diphones of people who speak Czech or Italian, by Festival.

eSpeak NG says which phonemes, and how long each; Festival joins recorded diphones for them.
The accent is foreign, the throats are human: what formant synthesis lacks.
Needs Debian's festival, festvox-czech-{dita,krb,machac,ph}, festvox-{italp,itapc}16k (all GPL).
"""

import os
import subprocess
import tempfile

import numpy as np
import soundfile
from scipy.signal import resample_poly

# voice: (kind, mean pitch in Hz)
VOICES = {
    "czech_dita": ("czech", 190),
    "czech_krb": ("czech", 210),
    "czech_machac": ("czech", 105),
    "czech_ph": ("czech", 115),
    "lp_diphone": ("italian", 185),
    "pc_diphone": ("italian", 115),
}
# eSpeak NG's phonemes of es-419 that go by another name; several for a diphthong.
COMMON = {"T": "s", "D": "d", "B": "b", "Q": "g", "**": "r", "R2": "r", ";": "j"}
CZECH = COMMON | {"x": "ch", "J^": "d~", "l^": "j", "n^": "n~", "N": "n*", "tS": "c~", "S": "s~", "Z": "z~"}
CZECH |= {"w": "u", "E": "e", "O": "o"}
ITALIAN = COMMON | {"J^": "dZ", "l^": "j", "n^": "J", "N": "ng", "E": "e", "O": "o"}
DIPHTHONGS = {"eI": "ej", "aI": "aj", "oI": "oj", "uI": "uj", "aU": "aw", "eU": "ew", "oU": "ow"}
KNOWN = {
    "czech": set("a b c ch d d~ e f g h i j k l m n n* n~ o p r s s~ t u v z z~ c~".split()),
    "italian": set("a b d dZ e f g i j k l m n J ng o p r s S t tS u v w z ts".split()),
}


def segments(phonemes, kind, rng, pitch):
    """Festival's list of (phone, seconds, pitch target), or None where the voice lacks a sound."""
    table = CZECH if kind == "czech" else ITALIAN
    items = [("#", 0.15)]
    for name, seconds in phonemes:
        if name.startswith("_"):
            items.append(("#", min(max(seconds, 0.02), 0.4)))
            continue
        parts = DIPHTHONGS.get(name) or [name]
        for part in parts:
            phone = table.get(part, part)
            if phone not in KNOWN[kind]:
                return None
            length = max(seconds / len(parts), 0.035) * (1.3 if name == "R2" else 1)
            if kind == "italian" and phone in "aeiou" and length > 0.07:
                phone += "1"  # stressed
            items.append((phone, min(length, 0.3)))
    items.append(("#", 0.2))
    total, at, out = sum(s for _, s in items), 0.0, []
    fall, wobble = rng.uniform(0.05, 0.4), rng.uniform(0.03, 0.2)
    for phone, seconds in items:
        at += seconds
        target = ""
        if phone[0] in "aeiou":
            hz = pitch * (1 + fall / 2 - fall * at / total) * rng.uniform(1 - wobble, 1 + wobble)
            target = f"({seconds / 2:.3f} {hz:.0f})"
        out.append(f'("{phone}" {seconds:.3f} {target})')
    return "(" + " ".join(out) + ")"


class Festival:
    """Speaks in batches: one process for each batch of one voice."""

    def __init__(self, espeak, batch=150):
        self.espeak, self.batch, self.ready = espeak, batch, []

    def next(self, rng, texts):
        """(voice, text, float samples at 8 kHz)"""
        while not self.ready:
            self.ready = list(self.speak(rng, texts))
        return self.ready.pop()

    def speak(self, rng, texts):
        voice = rng.choice(sorted(VOICES))
        kind, mean = VOICES[voice]
        with tempfile.TemporaryDirectory() as folder:
            lines, said = [f"(voice_{voice})"], []
            while len(said) < self.batch:
                text = texts.draw(rng)
                phonemes = self.espeak.phonemes(text, rng.randrange(115, 205))
                list_ = segments(phonemes, kind, rng, mean * rng.uniform(0.8, 1.3))
                if list_ is None or len(phonemes) > 150:
                    continue
                path = os.path.join(folder, f"{len(said)}.wav")
                lines.append(f"(utt.save.wave (utt.synth (Utterance Segments {list_})) \"{path}\" 'riff)")
                said.append((text, path))
            script = os.path.join(folder, "say.scm")
            with open(script, "w", encoding="ascii") as f:
                f.write("\n".join(lines) + "\n")
            # A few sequences of diphones make it abort; what was spoken before them is good.
            subprocess.run(["festival", "-b", script], check=False, stderr=subprocess.DEVNULL)
            for text, path in said:
                if not os.path.exists(path) or os.path.getsize(path) < 1000:
                    continue
                x, rate = soundfile.read(path, dtype="float32")
                tract = rng.uniform(0.86, 1.18)
                yield voice, text, resample_poly(x, 100, round(rate / 80 * tract)).astype(np.float32)
