"""What a telephone, a room and a street do to speech; all at 8 kHz, float samples.

Every function draws from a numpy Generator. `degrade` gives samples; the warps of time
and frequency that are cheaper on spectra are in `spectrum`.
"""

import io

import numpy as np
import soundfile
from scipy.signal import lfilter, oaconvolve

import features

WARPS = np.round(np.arange(0.78, 1.2501, 0.02), 3)
BANKS = [features.filters(w) for w in WARPS]


def _ulaw_table(mu_law):
    x = np.arange(-32768, 32768)
    if mu_law:
        y = np.minimum(np.abs(x), 32635) + 132
        e = np.floor(np.log2(y)).astype(int) - 7
        m = (y >> (e + 3)) & 15
        z = ((m * 2 + 33) << (e + 2)) - 132
    else:
        y = np.minimum(np.abs(x), 32767)
        e = np.maximum(np.floor(np.log2(np.maximum(y, 1))).astype(int) - 7, 0)
        step = np.where(e == 0, 16, 16 << np.maximum(e - 1, 0))
        z = (y // step) * step + step // 2
    return (np.sign(x + 0.5) * z).astype(np.float32) / 32768


G711 = [_ulaw_table(True), _ulaw_table(False)]


def g711(x, law):
    index = np.clip(np.round(x * 32768), -32768, 32767).astype(np.int32) + 32768
    return G711[law][index]


# A mobile's leg, a trunk that saves, a browser's leg: (container, coding) of libsndfile.
CODECS = [("WAV", "GSM610"), ("AU", "G721_32"), ("OGG", "OPUS")]


def coded(x, container, coding):
    """There and back through a codec that is not G.711."""
    file = io.BytesIO()
    # of Opus about 18 kbit/s; GSM and ADPCM round up to their blocks
    level = {"compression_level": 0.95} if coding == "OPUS" else {}
    soundfile.write(file, np.clip(x, -1, 1), features.RATE, format=container, subtype=coding, **level)
    file.seek(0)
    y = soundfile.read(file, dtype="float32")[0][: len(x)]
    return np.pad(y, (0, len(x) - len(y)))


def pitch_lag(past):
    """Samples back at which the last 20 ms look most like before, as conceal.rs finds it."""
    now, lags = past[-160:], np.arange(40, 121)
    then = np.stack([past[-160 - lag : len(past) - lag] for lag in lags])
    return int(lags[np.argmax(then @ now / np.sqrt((then**2).sum(1) + 1e-9))])


def lose(rng, x, share, burst):
    """Packets of 20 ms lost in bursts, each gap filled with repeated pitch periods that fade away within
    60 ms: what telephony/rtp's concealer plays, without its finer joints."""
    x, n, at = x.copy(), len(x) // 160, 3
    while at < n:
        at += 1 + int(rng.exponential(burst / max(share, 1e-3)))
        length = 1 + int(rng.exponential(burst - 1)) if burst > 1 else 1
        a, b = at * 160, min((at + length) * 160, len(x))
        if b <= a:
            break
        past = x[a - 400 : a]
        lag, made = pitch_lag(past), np.arange(b - a)
        tail = past[-lag * 2 :] if b - a > 160 else past[-lag:]
        x[a:b] = np.resize(tail, b - a) * np.clip((480 - made) / 400, 0, 1)
        at += length
    return x


def coloured(rng, n):
    """Noise with a random slope, sometimes a hum, sometimes swelling; unit power."""
    white = rng.standard_normal(n).astype(np.float32)
    kind = rng.random()
    if kind < 0.3:
        x = white
    elif kind < 0.75:
        x = lfilter([1], [1, -rng.uniform(0.5, 0.98)], white)
    else:
        x = lfilter([1, rng.uniform(-0.9, 0.9)], [1, -rng.uniform(0.2, 0.9), rng.uniform(0, 0.5)], white)
    if rng.random() < 0.15:
        t = np.arange(n) / features.RATE
        hum = sum(np.sin(2 * np.pi * 50 * k * t + rng.uniform(0, 6)) / k for k in range(1, 8))
        x = x / (x.std() + 1e-9) + hum * rng.uniform(0.2, 1.0)
    if rng.random() < 0.3:
        knots = rng.uniform(0.3, 1.6, max(2, n // 4000))
        x = x * np.interp(np.arange(n), np.linspace(0, n, len(knots)), knots)
    return (x / (np.sqrt(np.mean(x**2)) + 1e-9)).astype(np.float32)


def swell(rng, n, rate):
    """Smooth positive gain that moves `rate` times a second."""
    knots = rng.exponential(1.0, max(3, int(n / features.RATE * rate) + 2))
    return np.interp(np.arange(n), np.linspace(0, n, len(knots)), knots)


def resonant(rng, n, hz, width):
    """White noise through a resonance."""
    r = np.exp(-np.pi * width / features.RATE)
    return lfilter([1 - r], [1, -2 * r * np.cos(2 * np.pi * hz / features.RATE), r * r], rng.standard_normal(n))


def street(rng, n):
    """Rumble, cars that pass, engines, now and then a horn; unit power."""
    t = np.arange(n) / features.RATE
    x = lfilter([1], [1, -rng.uniform(0.9, 0.98)], rng.standard_normal(n)) * 0.3
    for _ in range(1 + rng.poisson(n / features.RATE / 2.5)):
        near = np.exp(-0.5 * ((t - rng.uniform(0, n / features.RATE)) / rng.uniform(0.3, 1.5)) ** 2)
        tyres = lfilter([1], [1, -rng.uniform(0.3, 0.8)], rng.standard_normal(n))
        hz = rng.uniform(55, 130)
        engine = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 7))
        x = x + near * rng.uniform(0.3, 2) * (tyres + engine * rng.uniform(0, 0.5))
    if rng.random() < 0.2:
        begin, hz = rng.uniform(0, n / features.RATE), rng.uniform(350, 550)
        on = (t > begin) & (t < begin + rng.uniform(0.15, 0.8))
        x = x + on * sum(np.sin(2 * np.pi * hz * f * t) for f in (1, 1.25, 2, 3)) * rng.uniform(0.2, 1)
    return (x / (np.sqrt(np.mean(x**2)) + 1e-9)).astype(np.float32)


def office(rng, n):
    """Ventilation, typing, and talk too far away to be words; unit power."""
    x = lfilter([1], [1, -rng.uniform(0.7, 0.97)], rng.standard_normal(n)) * rng.uniform(0.05, 0.4)
    for _ in range(rng.integers(1, 4)):  # formants that move with syllables
        voice = sum(resonant(rng, n, hz, 120) for hz in rng.uniform([300, 900, 2200], [800, 2000, 3000]))
        x = x + voice * swell(rng, n, rng.uniform(3, 6)) * swell(rng, n, 0.5) * rng.uniform(0.3, 1.5)
    if rng.random() < 0.6:
        keys = (rng.random(n) < rng.uniform(2, 9) / features.RATE).astype(float)
        x = x + lfilter([1], [1, -0.97], keys * rng.uniform(0.5, 4)) * rng.standard_normal(n)
    return (x / (np.sqrt(np.mean(x**2)) + 1e-9)).astype(np.float32)


def noise(rng, n):
    """What may lie under a voice."""
    kind = rng.random()
    return street(rng, n) if kind < 0.15 else office(rng, n) if kind < 0.3 else coloured(rng, n)


def equalise(rng, x):
    """One or two random second-order bells or a tilt."""
    if rng.random() < 0.5:
        x = lfilter([1, rng.uniform(-0.6, 0.4)], [1], x)
    for _ in range(rng.integers(0, 3)):
        f, gain, q = rng.uniform(200, 3500), 10 ** (rng.uniform(-9, 9) / 40), rng.uniform(0.5, 2)
        w = 2 * np.pi * f / features.RATE
        a = np.sin(w) / (2 * q)
        b0, b1, b2 = 1 + a * gain, -2 * np.cos(w), 1 - a * gain
        a0, a2 = 1 + a / gain, 1 - a / gain
        x = lfilter([b0 / a0, b1 / a0, b2 / a0], [1, b1 / a0, a2 / a0], x)
    return x


def reverberate(rng, x):
    n = int(rng.uniform(0.02, 0.3) * features.RATE)
    tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
    tail *= rng.uniform(0.05, 0.6) / (np.sqrt((tail**2).sum()) + 1e-9)
    tail[0] = 1
    return oaconvolve(x, tail)[: len(x)]


def bandlimit(rng, x):
    """A telephone's 300-3400 Hz, or a bad handset's."""
    low = rng.uniform(150, 400)
    c = np.exp(-2 * np.pi * low / features.RATE)
    x = lfilter([1, -1], [1, -c], x)
    return lfilter([1, 1], [2], x) if rng.random() < 0.3 else x


def level(x):
    """Root mean square over the loud half of 20 ms pieces."""
    n = len(x) // 160
    if n == 0:
        return 1e-4
    e = np.sort((x[: n * 160].reshape(n, 160) ** 2).mean(1))
    return float(np.sqrt(e[n // 2 :].mean())) + 1e-6


def degrade(rng, x, snr_low=1.0, snr_high=35.0):
    """Room, channel, noise, gain and G.711 on clean samples."""
    if rng.random() < 0.6:
        x = equalise(rng, x)
    if rng.random() < 0.35:
        x = reverberate(rng, x)
    if rng.random() < 0.4:
        x = bandlimit(rng, x)
    gain = 10 ** (rng.uniform(-38, -12) / 20) / level(x)
    x = x * gain
    if rng.random() < 0.8:
        under = noise(rng, len(x))
        snr = snr_low + (snr_high - snr_low) * rng.beta(1.1, 1.5)
        x = x + under * (level(x) * 10 ** (-snr / 20))
    elif rng.random() < 0.8:  # else digital silence around the words
        x = x + rng.standard_normal(len(x)) * 10 ** (rng.uniform(-85, -65) / 20)
    if rng.random() < 0.1:
        x = np.clip(x, -(t := rng.uniform(0.3, 0.9) * np.abs(x).max()), t)
    if rng.random() < 0.15:
        x = coded(x, *CODECS[rng.choice(3, p=[0.5, 0.3, 0.2])])
    if rng.random() < 0.6:
        x = g711(x, rng.integers(2))
    else:
        x = np.clip(x, -1, 1)
    if rng.random() < 0.15:
        x = lose(rng, x, rng.uniform(0.005, 0.12), rng.uniform(1, 3))
    return x.astype(np.float32)


def spectrum(rng, x, tempo=1.0, warp=1.0):
    """[T, 40] log-mel with frames taken at a drawn tempo and a warped mel bank."""
    n = len(x)
    if n < features.FRAME:
        return np.zeros((0, features.BANDS), np.float32)
    step = features.HOP * tempo
    starts = np.arange(0, n - features.FRAME + 1, step)
    if rng.random() < 0.3 and len(starts) > 20:  # local hurry and drawl
        knots = np.concatenate([[0], np.cumsum(rng.uniform(0.8, 1.2, 6))])
        starts = np.interp(np.linspace(0, knots[-1], len(starts)), knots, np.linspace(0, starts[-1], 7))
    starts = starts.astype(np.int64)
    frames = np.lib.stride_tricks.sliding_window_view(x, features.FRAME)[starts]
    spec = np.fft.rfft(frames * features.WINDOW, features.FFT)
    p = (spec.real**2 + spec.imag**2).astype(np.float32)
    bank = BANKS[int(np.argmin(np.abs(WARPS - warp)))]
    return np.log(p @ bank + 1e-6)


def mask(rng, y, fill):
    """Time and frequency masks on normalised frames."""
    y = y.copy()
    t = len(y)
    for _ in range(rng.integers(0, 3)):
        w = rng.integers(0, 7)
        f = rng.integers(0, features.BANDS - w + 1)
        y[:, f : f + w] = fill
    if t > 60:
        for _ in range(rng.integers(0, 1 + t // 80)):
            w = rng.integers(0, 10)
            s = rng.integers(0, t - w)
            y[s : s + w] = fill
    return y
