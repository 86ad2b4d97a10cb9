"""Telephone sounds that are not speech, made from nothing: tones, keys, music, knocks, wind."""

import numpy as np
from scipy.signal import lfilter

import augment

RATE = 8000
DTMF = ([697, 770, 852, 941], [1209, 1336, 1477, 1633])


def tone(freqs, n, rng):
    t = np.arange(n) / RATE
    x = sum(rng.uniform(0.5, 1) * np.sin(2 * np.pi * f * t + rng.uniform(0, 6.28)) for f in freqs)
    ramp = np.minimum(1, np.minimum(np.arange(n), np.arange(n)[::-1]) / 40)
    return x * ramp


def cadence(rng, n, freqs, on, off):
    """Tone bursts: ringing, busy, call waiting."""
    x, at = np.zeros(n), int(rng.uniform(0, off) * RATE)
    while at < n:
        k = min(int(on * RATE), n - at)
        if k > 80:
            x[at : at + k] = tone(freqs, k, rng)
        at += int((on + off) * RATE)
    return x


def call_progress(rng, n):
    f = rng.choice([425, 440, 350, 480, 400, 450, 620])
    freqs = [f] if rng.random() < 0.7 else [f, f + rng.choice([20, 40, 130])]
    on, off = [(1.5, 3), (0.2, 0.2), (0.5, 0.5), (0.25, 0.25), (1, 4), (0.17, 0.17), (30, 0.1)][
        rng.integers(7)
    ]
    return cadence(rng, n, freqs, on, off)


def keys(rng, n):
    x, at = np.zeros(n), int(rng.uniform(0, 0.5) * RATE)
    length = rng.uniform(0.06, 0.5)
    while at < n:
        k = min(int(length * RATE), n - at)
        if k > 80:
            x[at : at + k] = tone([rng.choice(DTMF[0]), rng.choice(DTMF[1])], k, rng)
        at += k + int(rng.uniform(0.06, 0.8) * RATE)
    return x


def beeps(rng, n):
    """Single tones and sweeps of any pitch: fax, modem, alarm, special information tones."""
    x, at = np.zeros(n), 0
    while at < n:
        k = min(int(rng.uniform(0.05, 2) * RATE), n - at)
        if k > 200:
            f0 = rng.uniform(200, 3600)
            f1 = f0 if rng.random() < 0.6 else rng.uniform(200, 3600)
            phase = 2 * np.pi * np.cumsum(np.linspace(f0, f1, k)) / RATE
            x[at : at + k] = np.sin(phase) * np.minimum(1, np.minimum(np.arange(k), np.arange(k)[::-1]) / 60)
        at += k + int(rng.exponential(0.4) * RATE)
    return x


def note(rng, f, n, timbre):
    t = np.arange(n) / RATE
    x = np.zeros(n)
    vibrato = timbre["vibrato"] * np.sin(2 * np.pi * timbre["rate"] * t + rng.uniform(0, 6.28))
    for k, a in enumerate(timbre["partials"], 1):
        if k * f > 3900:
            break
        decay = np.exp(-t * timbre["decay"] * (1 + 0.3 * k))
        x += a * decay * np.sin(2 * np.pi * k * f * t + k * vibrato + rng.uniform(0, 6.28))
    attack = max(8, int(timbre["attack"] * RATE))
    return x * np.minimum(1, np.arange(n) / attack) * np.minimum(1, np.arange(n)[::-1] / 80)


def timbre(rng):
    slope = rng.uniform(0.4, 2.2)
    partials = [rng.uniform(0.2, 1) * k**-slope for k in range(1, 16)]
    if rng.random() < 0.3:
        partials[1::2] = [p * 0.1 for p in partials[1::2]]
    sung = rng.random() < 0.35
    return {
        "partials": partials,
        "decay": rng.choice([0.2, 1, 3, 6]) * rng.uniform(0.5, 1.5),
        "attack": rng.uniform(0.002, 0.15),
        "rate": rng.uniform(4, 7),
        "vibrato": rng.uniform(0.2, 1.2) if sung else 0,
    }


def drum(rng, n):
    x = np.zeros(n)
    k = min(n, int(rng.uniform(0.05, 0.25) * RATE))
    t = np.arange(k) / RATE
    if rng.random() < 0.5:
        x[:k] = rng.standard_normal(k) * np.exp(-t * rng.uniform(15, 60))
    else:
        x[:k] = np.sin(2 * np.pi * rng.uniform(50, 160) * t * (1 - t)) * np.exp(-t * rng.uniform(8, 25)) * 2
    return x


def music(rng, n):
    """Chords, an arpeggio or tune, a bass and drums over a random progression."""
    beat = 60 / rng.uniform(60, 160)
    root = 55 * 2 ** (rng.integers(0, 24) / 12)
    scale = [0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.6 else [0, 2, 3, 5, 7, 8, 10]
    tune, pad, bass = timbre(rng), timbre(rng), timbre(rng)
    has = rng.random(4) < [0.75, 0.7, 0.5, 0.4]
    if not has[:3].any() or rng.random() < 0.25:  # one voice alone: a music box, a ring tone
        has = np.array([True, False, False, False])
    x, at, degree = np.zeros(n), 0.0, 0
    hz = lambda d, octave: root * 2 ** (octave + d // 7 + scale[d % 7] / 12)
    while at * RATE < n:
        if rng.random() < 0.3:
            degree = int(rng.integers(0, 7))
        s = int(at * RATE)
        if has[1]:
            k = min(n - s, int(beat * RATE * rng.choice([1, 2, 4])))
            for d in (0, 2, 4):
                x[s : s + k] += 0.4 * note(rng, hz(degree + d, 1), k, pad)
        if has[2]:
            k = min(n - s, int(beat * RATE))
            x[s : s + k] += 0.7 * note(rng, hz(degree, 0), k, bass)
        if has[3]:
            k = min(n - s, int(beat * RATE))
            x[s : s + k] += rng.uniform(0.2, 1) * drum(rng, k)
        if has[0]:
            parts = int(rng.choice([1, 2, 2, 4]))
            for i in range(parts):
                p = s + int(i * beat * RATE / parts)
                k = min(n - p, int(beat * RATE / parts * rng.uniform(0.7, 1.6)))
                if k > 100 and rng.random() < 0.85:
                    step = degree + int(rng.integers(0, 8))
                    x[p : p + k] += 0.8 * note(rng, hz(step, 2), k, tune)
        at += beat
    return augment.reverberate(rng, x) if rng.random() < 0.4 else x


def knocks(rng, n):
    """Clicks, taps, a keyboard, crackle."""
    x, at = np.zeros(n), int(rng.exponential(0.3) * RATE)
    mean = rng.choice([0.03, 0.15, 0.5, 1.0])
    while at < n:
        k = min(n - at, int(rng.uniform(0.001, 0.06) * RATE) + 1)
        burst = rng.standard_normal(k) * np.exp(-np.arange(k) / (k / 4 + 1))
        x[at : at + k] += burst * rng.uniform(0.2, 1)
        at += int(rng.exponential(mean) * RATE) + 1
    return lfilter([1], [1, -rng.uniform(-0.5, 0.9)], x)


def wind(rng, n):
    """Breath, blowing, passing cars: noise that swells."""
    x = augment.coloured(rng, n)
    knots = rng.exponential(1.0, max(3, int(n / RATE * rng.uniform(0.5, 5))))
    return x * np.interp(np.arange(n), np.linspace(0, n, len(knots)), knots)


def noise(rng, n):
    return rng.standard_normal(n) if rng.random() < 0.4 else augment.coloured(rng, n)


KINDS = {
    "noise": noise,
    "call progress": call_progress,
    "keys": keys,
    "beeps": beeps,
    "music": music,
    "knocks": knocks,
    "wind": wind,
}


def draw(rng, n, kind=None):
    """n samples, loud parts near root mean square 1."""
    kind = kind or rng.choice(list(KINDS), p=[0.25, 0.13, 0.13, 0.14, 0.01, 0.17, 0.17])
    x = KINDS[kind](rng, n)
    return (x / (augment.level(x) + 1e-3)).astype(np.float32)
