"""Print every figure of the model card, from the shipped files.

    python evaluate.py --weights ../asr/weights --asterisk /usr/share/asterisk/sounds \
        --synthetic DATA/test --dev SPEECH/dev/tuxpaint-es --espeak-data DIR
"""

import argparse
import os
import random

import numpy as np
import soundfile

import augment
import citizen
import decode
import sounds
import texts
from reference import Reference
from texts import DAYS, MONTHS, TENS, UNITS, fold
from train import clips_of
from train_vad import labels_of

FORTY_SEVEN = (
    [(f"digits/{i}", UNITS[i]) for i in range(20)]
    + [("digits/20", "veinte")]
    + [(f"digits/{30 + 10 * i}", TENS[i]) for i in range(7)]
    + [(f"digits/day-{(i + 1) % 7}", DAYS[i]) for i in range(7)]
    + [(f"digits/mon-{i}", MONTHS[i]) for i in range(12)]
)


def read(path):
    if path.endswith(".gsm"):
        return soundfile.read(
            path, dtype="float32", format="RAW", subtype="GSM610", samplerate=8000, channels=1
        )[0]
    x, rate = soundfile.read(path, dtype="float32")
    assert rate == 8000, path
    return x


def padded(x, before=0.3, after=0.35, seed=0):
    """With a little line noise around, as a call has."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.zeros(int(before * 8000)), x, np.zeros(int(after * 8000))])
    return (x + rng.standard_normal(len(x)) * 3e-4).astype(np.float32)


def forty_seven(ear, folder, ext):
    words = [w for _, w in FORTY_SEVEN]
    wrong = []
    errors = decode.Errors()
    for name, word in FORTY_SEVEN:
        lp = ear.log_probs(padded(read(os.path.join(folder, name + ext))))
        heard = decode.best_of(lp, words)
        errors.count(word, decode.greedy(lp), not texts.PHONEMES)
        if heard != word:
            wrong.append(f"{word}>{heard}")
    return 47 - len(wrong), wrong, errors


def letters(ear, folder, ext):
    """The 23 letters an identity number may end with, by name."""
    names = {c: texts.LETTERS[c] for c in texts.DNI_LETTERS}
    owner = {n: c for c, all_names in names.items() for n in all_names}
    wrong = []
    for c in sorted(names):
        heard = decode.best_of(
            ear.log_probs(padded(read(os.path.join(folder, "letters", c + ext)))), list(owner)
        )
        if owner[heard] != c:
            wrong.append(f"{c}>{owner[heard]}")
    return f"{23 - len(wrong)}/23; {' '.join(wrong)}"


def synthetic(ear, stem, snr=None, limit=400):
    wav = np.fromfile(stem + ".i16", np.int16).astype(np.float32) / 32768
    errors, rng = decode.Errors(), np.random.default_rng(11)
    with open(stem + ".tsv", encoding="utf-8") as f:
        for line in list(f)[:limit]:
            start, n, _voice, text = line.rstrip("\n").split("\t")
            x = wav[int(start) : int(start) + int(n)]
            x = padded(x * (0.06 / augment.level(x)))
            if snr is not None:
                x = x + augment.coloured(rng, len(x)) * augment.level(x) * 10 ** (-snr / 20)
            errors.count(text, decode.greedy(ear.log_probs(augment.g711(x, 1))), not texts.PHONEMES)
    return errors


def citizen_calls(ear, data, voices):
    from voices import Espeak

    espeak = Espeak(data, random.Random(0), variants=0)
    tries = {q: decode.Trie(w) for q, w in citizen.WORDS.items()}
    free, biased, by = decode.Errors(), decode.Errors(), {q: decode.Errors() for q in tries}
    misses = []
    for voice in voices:
        for question, text in citizen.script():
            x = espeak.say(text, voice, rate=165)
            x = augment.g711(padded(x * (0.08 / augment.level(x))), 1)
            lp = ear.log_probs(x)
            free.count(text, decode.greedy(lp), not texts.PHONEMES)
            heard = decode.words_of(lp, tries[question])
            biased.count(text, heard)
            by[question].count(text, heard)
            if heard != fold(text):
                misses.append(f"{fold(text)} > {heard}")
    espeak.close()
    return free, biased, by, misses


def development(ear, folder, every):
    errors = decode.Errors()
    for path, text in clips_of(folder)[::every]:
        x = read(path)
        errors.count(text, decode.greedy(ear.log_probs(padded(x * (0.06 / augment.level(x))))), not texts.PHONEMES)
    return errors


def invented(ear):
    """Words written per hour of sounds that are not speech, greedy, with no voice activity before."""
    rng, out = np.random.default_rng(21), {}
    for kind in sounds.KINDS:
        words = seconds = 0
        for _ in range(30):
            x = sounds.draw(rng, 64000, kind) * 10 ** (rng.uniform(-40, -15) / 20)
            words += len(decode.greedy(ear.log_probs(augment.g711(np.clip(x, -1, 1), 1))).split())
            seconds += 8
        out[kind] = words * 3600 / seconds
    return out


def activity(vad, stem):
    """Rates at threshold 0.5: speech missed at several noise levels, false alarms per kind of sound."""
    rng = np.random.default_rng(31)
    wav = np.fromfile(stem + ".i16", np.int16).astype(np.float32) / 32768
    with open(stem + ".tsv", encoding="utf-8") as f:
        rows = [line.split("\t") for line in list(f)[:200]]
    out = []
    for snr in (30, 20, 10, 5):
        for dbfs in (-20, -40):
            found, heard, truth = 0, [], []
            for start, n, *_ in rows:
                x = wav[int(start) : int(start) + int(n)]
                x = np.pad(x * (10 ** (dbfs / 20) / augment.level(x)), (6400, 6400))
                noise = augment.coloured(rng, len(x)) * 10 ** ((dbfs - snr) / 20)
                scale = 0.1 / 10 ** (dbfs / 20)
                y = labels_of(x * scale, noise * scale)
                x = x + noise
                p = vad.speech(augment.g711(np.clip(x, -1, 1).astype(np.float32), 1))[: len(y)]
                y = y[: len(p)]
                heard.append(p)
                truth.append(y)
                found += (p[y == 1] > 0.5).any()
            p, y = np.concatenate(heard), np.concatenate(truth)
            fair = np.quantile(p[y == 0], 0.99)
            out.append(
                f"snr {snr:2} dB, speech {dbfs} dBFS: frames missed {100 * (p[y == 1] <= 0.5).mean():.1f} %, "
                f"false {100 * (p[y == 0] > 0.5).mean():.1f} %, utterances found {found}/{len(rows)}; "
                f"missed where 1 % are false {100 * (p[y == 1] <= fair).mean():.1f} %"
            )
    for kind in sounds.KINDS:
        fired = total = runs = 0
        for _ in range(60):
            x = sounds.draw(rng, 64000, kind) * 10 ** (rng.uniform(-40, -15) / 20)
            x = x + rng.standard_normal(len(x)) * 2e-4
            p = vad.speech(augment.g711(np.clip(x, -1, 1), 1).astype(np.float32)) > 0.5
            fired, total = fired + p.sum(), total + len(p)
            runs += sum(p[i : i + 10].all() for i in range(0, len(p) - 10, 10))
        out.append(
            f"{kind}: false {100 * fired / total:.2f} % of frames, {runs} whole 200 ms of {total // 10}"
        )
    return out


def activity_music(vad, folder):
    """Real hold music, 90 s of each file: false alarms."""
    out = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".wav"):
            x = augment.g711(read(os.path.join(folder, name))[: 90 * 8000], 1)
            p = vad.speech(x) > 0.5
            out.append(f"{name} {100 * p.mean():.1f} %")
    return "hold music, frames taken for speech: " + ", ".join(out)


def activity_human(vad, folders):
    """Human recordings over white noise at 10 dB: frames missed, utterances found."""
    rng, miss, speech, found, n = np.random.default_rng(41), 0, 0, 0, 0
    for folder, ext in folders:
        for name, _ in FORTY_SEVEN:
            x = read(os.path.join(folder, name + ext))
            x = np.pad(x * (0.05 / augment.level(x)), (6400, 6400))
            noise = augment.coloured(rng, len(x)) * 0.05 * 10 ** (-10 / 20)
            y = labels_of(x * 2, noise * 2)
            x = x + noise
            p = vad.speech(augment.g711(np.clip(x, -1, 1).astype(np.float32), 1))[: len(y)] > 0.5
            y = y[: len(p)]
            miss, speech = miss + (~p & (y == 1)).sum(), speech + (y == 1).sum()
            found, n = found + p[y == 1].any(), n + 1
    return f"human words, 10 dB: frames missed {100 * miss / speech:.1f} %, found {found}/{n}"


class Silero:
    """Silero VAD at 8 kHz (the ONNX file of the Python package silero-vad), each chunk of 32 ms
    counted for the 20 ms steps that end in it."""

    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def speech(self, x):
        state, context = np.zeros((2, 1, 128), np.float32), np.zeros(32, np.float32)
        x = np.pad(x, (0, -len(x) % 256))
        out = []
        for chunk in x.reshape(-1, 256).astype(np.float32):
            inputs = {
                "input": np.concatenate([context, chunk])[None],
                "state": state,
                "sr": np.array(8000, np.int64),
            }
            p, state = self.session.run(None, inputs)
            out.append(p[0, 0])
            context = chunk[-32:]
        return np.array(out)[(np.arange(len(x) // 160) * 160 + 159) // 256]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--weights", required=True)
    ap.add_argument("--asterisk")
    ap.add_argument("--synthetic")
    ap.add_argument("--dev")
    ap.add_argument("--espeak-data")
    ap.add_argument("--music", help="folder of 8 kHz WAV files of hold music")
    ap.add_argument("--only", choices=["ear", "vad"])
    ap.add_argument("--silero", help="silero_vad.onnx: tell its voice activity instead of ours")
    ap.add_argument("--sounds", action="store_true", help="count wrong sounds, not letters")
    ap.add_argument("--phonemes", action="store_true", help="the ear was trained with --phonemes")
    ap.add_argument("--quick", action="store_true", help="fewer utterances, no voice activity")
    args = ap.parse_args()
    texts.PHONEMES, decode.Errors.AS_SOUNDS = args.phonemes, args.sounds or args.phonemes
    people = [("es_MX_f_Allison", ".wav"), ("es", ".gsm")]
    people = [(os.path.join(args.asterisk, f), e) for f, e in people] if args.asterisk else []
    if args.only != "vad":
        figures_ear(args, people)
    if args.only != "ear":
        figures_vad(args, people)


def figures_ear(args, people):
    ear = Reference(os.path.join(args.weights, "ear.safetensors"))
    if args.dev:
        print(f"dev human, every sixth clip, greedy: {development(ear, args.dev, 6)}", flush=True)
    for folder, ext in people:
        good, wrong, errors = forty_seven(ear, folder, ext)
        print(
            f"47 words {os.path.basename(folder)}: {good}/47 = {100 * good / 47:.0f} %; "
            f"greedy {errors}; {' '.join(wrong)}",
            flush=True,
        )
        if os.path.isdir(os.path.join(folder, "letters")):
            print(f"letters {os.path.basename(folder)}: {letters(ear, folder, ext)}", flush=True)
    if args.synthetic:
        for snr in (None, 10):
            found = synthetic(ear, args.synthetic, snr, 120 if args.quick else 800)
            print(f"synthetic unseen voices, snr {snr}: {found}", flush=True)
    if args.espeak_data:
        voices = ["es"] if args.quick else ["es", "es-419"]
        free, biased, by, misses = citizen_calls(ear, args.espeak_data, voices)
        print(f"citizen, greedy: {free}\ncitizen, words of the question: {biased}")
        print(
            "".join(f"  {q}: {e}\n" for q, e in by.items()),
            *(f"  {m}\n" for m in misses[:25]),
            sep="",
            end="",
            flush=True,
        )
    if not args.quick:
        found = ", ".join(f"{k} {v:.0f}" for k, v in invented(ear).items())
        print(f"words invented per hour, no voice activity before: {found}", flush=True)


def figures_vad(args, people):
    vad = Silero(args.silero) if args.silero else Reference(os.path.join(args.weights, "vad.safetensors"))
    if args.synthetic:
        print("\n".join(activity(vad, args.synthetic)), flush=True)
    if people:
        print(activity_human(vad, people), flush=True)
    if args.music:
        print(activity_music(vad, args.music), flush=True)


if __name__ == "__main__":
    main()
