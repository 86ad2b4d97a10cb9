"""Speak drawn texts with free synthesisers and store the 8 kHz speech in one file.

Teachers: eSpeak NG (its Spanish voices with stock variants and with variants whose
formants, pitch and voicing are drawn at random) and, where it is installed, SVOX Pico
(its Spanish voice at drawn speed and pitch, formants moved by resampling); on demand
also diphones of other languages (festival.py).

    python voices.py --out DATA/synth0 --hours 6 --seed 1 --words /usr/share/dict/spanish \
        --espeak-data /usr/lib/x86_64-linux-gnu/espeak-ng-data [--pico lib/libttspico.so.0 --pico-lang DIR]

writes OUT.i16 (all samples) and OUT.tsv (first sample, samples, voice, text as written).
"""

import argparse
import ctypes as C
import os
import random
import shutil
import tempfile
import time

import numpy as np
from scipy.signal import resample_poly

from festival import Festival
from texts import Texts

# Stock variants kept out of training: the unseen synthetic voices of evaluate.py.
HELD_OUT = ["f4", "m5", "Mario", "Alicia", "pablo", "klatt4", "steph2", "miguel", "belinda", "john"]
# Variants that are effects rather than speakers.
NOT_SPEECH = {"Demonic", "whisper", "whisperf", "fast", "AnxiousAndy"}


def random_variant(rng, name):
    """An eSpeak NG variant file: a vocal tract and a way of speaking drawn at random."""
    female = rng.random() < 0.5
    base = rng.gauss(195, 30) if female else rng.gauss(112, 22)
    base = min(max(base, 65), 300)
    tract = rng.gauss(112, 6) if female else rng.gauss(100, 7)
    lines = ["language variant", f"name {name}", f"gender {'female' if female else 'male'}"]
    lines.append(f"pitch {base:.0f} {base * rng.uniform(1.15, 1.75):.0f}")
    for f in range(9):
        freq = min(max(tract + rng.gauss(0, 4), 82), 132)
        lines.append(f"formant {f} {freq:.0f} {rng.uniform(60, 125):.0f} {rng.uniform(70, 170):.0f}")
    if rng.random() < 0.6:
        lines.append(f"voicing {rng.uniform(50, 150):.0f}")
        lines.append(f"consonants {rng.uniform(60, 160):.0f} {rng.uniform(60, 160):.0f}")
    if rng.random() < 0.4:
        lines.append("breath " + " ".join(str(rng.randrange(0, 6)) for _ in range(8)))
    if rng.random() < 0.5:
        lines.append(f"roughness {rng.randrange(0, 6)}")
    if rng.random() < 0.3:
        lines.append(f"flutter {rng.randrange(0, 12)}")
    if rng.random() < 0.3:
        lines.append(
            f"tone 100 {rng.randrange(150, 255)} 600 {rng.randrange(120, 255)} "
            f"1200 {rng.randrange(60, 200)} 3000 {rng.randrange(40, 220)}"
        )
    if rng.random() < 0.4:
        lines.append("stressAdd " + " ".join(str(rng.randrange(-25, 35)) for _ in range(8)))
    if rng.random() < 0.15:
        lines.append(f"klatt {rng.randrange(1, 5)}")
    if rng.random() < 0.3:
        lines.append(f"intonation {rng.randrange(1, 5)}")
    return "\n".join(lines) + "\n"


class Event(C.Structure):
    _fields_ = [
        ("type", C.c_int),
        ("unique", C.c_uint),
        ("text_position", C.c_int),
        ("length", C.c_int),
        ("audio_position", C.c_int),
        ("sample", C.c_int),
        ("user_data", C.c_void_p),
        ("name", C.c_char * 8),
    ]


class Espeak:
    """eSpeak NG through its C library, on a private copy of its data with our variants."""

    def __init__(self, data, rng, variants=220):
        self.dir = tempfile.mkdtemp()
        copy = os.path.join(self.dir, "espeak-ng-data")
        shutil.copytree(data, copy)
        for folder, _, files in os.walk(os.path.join(copy, "lang")):
            for name in files:  # the library holds 350 voices and no more
                if name not in ("es", "es-419"):
                    os.remove(os.path.join(folder, name))
        shutil.rmtree(os.path.join(copy, "voices", "mb"), ignore_errors=True)
        self.stock = sorted(os.listdir(os.path.join(copy, "voices", "!v")))
        self.random = []
        for i in range(variants):
            name = f"r{i:03d}"
            with open(os.path.join(copy, "voices", "!v", name), "w", encoding="utf-8") as f:
                f.write(random_variant(rng, name))
            self.random.append(name)
        self.lib = C.CDLL("libespeak-ng.so.1")
        self.rate = self.lib.espeak_Initialize(1, 400, self.dir.encode(), 1)  # phoneme events
        if self.rate <= 0:
            raise RuntimeError(f"eSpeak NG does not start on {data}")
        self.parts, self.events = [], []
        kind = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(Event))
        self.callback = kind(self._take)
        self.lib.espeak_SetSynthCallback(self.callback)

    def _take(self, wav, n, events):
        i = 0
        while events[i].type != 0:
            if events[i].type == 7:
                self.events.append((events[i].sample / self.rate, events[i].name.decode()))
            i += 1
        if wav and n > 0:
            self.parts.append(np.ctypeslib.as_array(wav, (n,)).copy())
        return 0

    def close(self):
        self.lib.espeak_Terminate()
        shutil.rmtree(self.dir)

    def say(self, text, voice, rate=160, pitch=50, spread=50, gap=0):
        """Float samples at 8 kHz. `rate` in words a minute, `gap` in 10 ms between words."""
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"eSpeak NG has no voice {voice}")
        for key, value in ((1, rate), (2, 80), (3, pitch), (4, spread), (7, gap)):
            self.lib.espeak_SetParameter(key, int(value), 0)
        self.parts = []
        raw = text.encode() + b"\0"
        self.lib.espeak_Synth(raw, len(raw), 0, 1, 0, 1, None, None)
        self.lib.espeak_Synchronize()
        if not self.parts:
            return np.zeros(0, np.float32)
        x = np.concatenate(self.parts).astype(np.float32) / 32768
        return resample_poly(x, 8000, self.rate).astype(np.float32) if self.rate != 8000 else x

    def phonemes(self, text, rate):
        """[(phoneme, seconds)] as the Latin American voice says it."""
        self.events = []
        self.say(text, "es-419", rate)
        ends = [start for start, _ in self.events[1:]] + [None]
        return [(name, 0.1 if end is None else end - start) for (start, name), end in zip(self.events, ends)]

    def draw_voice(self, rng, held_out=False):
        """(voice name, settings) of a random speaker."""
        lang = rng.choice(["es", "es-419"])
        if held_out:
            voice = f"{lang}+{rng.choice(HELD_OUT)}"
        elif rng.random() < 0.12:
            voice = lang
        elif rng.random() < 0.5:
            banned = NOT_SPEECH.union(HELD_OUT)
            voice = f"{lang}+{rng.choice([v for v in self.stock if v not in banned])}"
        else:
            voice = f"{lang}+{rng.choice(self.random)}"
        gap = rng.choice([0, 0, 0, 1, 3, 6, 12])
        return voice, {
            "rate": rng.randrange(105, 215),
            "pitch": rng.randrange(15, 86),
            "spread": rng.randrange(20, 90),
            "gap": gap,
        }


class Pico:
    """SVOX Pico's Spanish voice (16 kHz) through its C library."""

    def __init__(self, lib, lang):
        self.lib = C.CDLL(lib)
        self.memory = C.create_string_buffer(5_000_000)
        self.system, self.engine = C.c_void_p(), C.c_void_p()
        self._ok(self.lib.pico_initialize(self.memory, len(self.memory), C.byref(self.system)))
        self._ok(self.lib.pico_createVoiceDefinition(self.system, b"v"))
        for name in ("es-ES_ta.bin", "es-ES_zl0_sg.bin"):
            resource, label = C.c_void_p(), C.create_string_buffer(64)
            path = os.path.join(lang, name).encode()
            self._ok(self.lib.pico_loadResource(self.system, path, C.byref(resource)))
            self._ok(self.lib.pico_getResourceName(self.system, resource, label))
            self._ok(self.lib.pico_addResourceToVoiceDefinition(self.system, b"v", label))
        self._ok(self.lib.pico_newEngine(self.system, b"v", C.byref(self.engine)))

    @staticmethod
    def _ok(status):
        if status != 0:
            raise RuntimeError(f"Pico: status {status}")

    def say(self, text, rate=100, pitch=100, tract=1.0):
        """Float samples at 8 kHz; `tract` > 1 moves all formants (and pitch, rate) up."""
        raw = f"<speed level='{rate}'><pitch level='{pitch}'>{text}.</pitch></speed>".encode() + b"\0"
        done, sent, kind = 0, C.c_int16(), C.c_int16()
        out, buf, got = [], C.create_string_buffer(256), C.c_int16()
        while done < len(raw):
            self._ok(
                self.lib.pico_putTextUtf8(self.engine, raw[done:], C.c_int16(len(raw) - done), C.byref(sent))
            )
            done += sent.value
            while True:
                status = self.lib.pico_getData(self.engine, buf, C.c_int16(128), C.byref(got), C.byref(kind))
                out.append(buf.raw[: got.value])
                if status != 201:  # PICO_STEP_BUSY
                    break
        x = np.frombuffer(b"".join(out), np.int16).astype(np.float32) / 32768
        return resample_poly(x, 100, round(200 * tract)).astype(np.float32)


def frequent(count=25_000):
    """(word, share of all words in use) of Spanish."""
    import wordfreq

    return [(w, wordfreq.word_frequency(w, "es")) for w in wordfreq.top_n_list("es", count)]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--hours", type=float, required=True)
    ap.add_argument("--seed", type=int, required=True)
    ap.add_argument("--words", required=True)
    ap.add_argument("--espeak-data", required=True)
    ap.add_argument("--pico")
    ap.add_argument("--pico-lang")
    ap.add_argument("--pico-share", type=float, default=0.2)
    ap.add_argument("--frequent", action="store_true", help="words as often as people use them (wordfreq)")
    ap.add_argument("--festival-share", type=float, default=0.0)
    ap.add_argument("--held-out", action="store_true", help="only voices kept out of training")
    args = ap.parse_args()
    rng = random.Random(args.seed)
    with open(args.words, encoding="utf-8") as f:
        texts = Texts(f, frequent() if args.frequent else ())
    espeak = Espeak(args.espeak_data, rng)
    pico = Pico(args.pico, args.pico_lang) if args.pico else None
    festival = Festival(espeak)
    total, want, start, count = 0, int(args.hours * 3600 * 8000), time.time(), 0
    with open(args.out + ".i16", "wb") as wav, open(args.out + ".tsv", "w", encoding="utf-8") as tsv:
        while total < want:
            text = texts.draw(rng)
            if args.festival_share and rng.random() < args.festival_share:
                voice, text, x = festival.next(rng, texts)
            elif pico and rng.random() < args.pico_share:
                tract = rng.uniform(0.82, 1.16)
                voice = "pico"
                x = pico.say(text, rng.randrange(75, 150), rng.randrange(65, 150), tract)
            else:
                voice, how = espeak.draw_voice(rng, args.held_out)
                x = espeak.say(text, voice, **how)
            if len(x) < 1200 or len(x) > 8000 * 16 or np.abs(x).max() < 0.01:
                continue
            x = x * (rng.uniform(0.2, 0.9) / np.abs(x).max())
            wav.write((x * 32767).astype(np.int16).tobytes())
            tsv.write(f"{total}\t{len(x)}\t{voice}\t{text}\n")
            total, count = total + len(x), count + 1
    espeak.close()
    print(f"{count} utterances, {total / 8000 / 3600:.2f} h, {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
