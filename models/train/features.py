"""The front end of SPEC.md in NumPy: log-mel frames, causal normalisation, stacking."""

import numpy as np

RATE, FRAME, HOP, FFT, BANDS = 8000, 200, 80, 256, 40
PRIOR_FRAMES = 100
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


def mel(f):
    return 2595 * np.log10(1 + np.asarray(f, np.float64) / 700)


def filters(warp=1.0):
    """[129, 40] triangular weights. `warp` moves the edges: a vocal tract 1/warp as long."""
    edges = np.linspace(mel(120), mel(3800), BANDS + 2)
    if warp != 1.0:
        hz = 700 * (10 ** (edges / 2595) - 1)
        knee = 3000 * min(1.0, 1 / warp)
        top = knee * warp + (hz - knee) * (3900 - knee * warp) / (3900 - knee)
        edges = mel(np.where(hz <= knee, hz * warp, top))
    bins = mel(np.arange(FFT // 2 + 1) * RATE / FFT)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


MEL = filters()


def frames_of(x):
    """[T, 200] view of the frames of float samples x."""
    if len(x) < FRAME:
        return np.zeros((0, FRAME), np.float32)
    return np.lib.stride_tricks.sliding_window_view(x, FRAME)[::HOP]


def power(x):
    """[T, 129] power spectrum."""
    spec = np.fft.rfft(frames_of(x) * WINDOW, FFT)
    return (spec.real**2 + spec.imag**2).astype(np.float32)


def log_mel(x, bank=MEL):
    """[T, 40] natural log of mel power."""
    return np.log(power(x) @ bank + 1e-6)


def causal_mean(e, prior, inv_std, p=PRIOR_FRAMES):
    count = p + 1 + np.arange(len(e), dtype=np.float64)[:, None]
    mean = (p * prior.astype(np.float64) + np.cumsum(e, 0, dtype=np.float64)) / count
    return ((e - mean) * inv_std).astype(np.float32)


def stack(y, n):
    """[T // n, n * 40], oldest frame first."""
    steps = len(y) // n
    return y[: steps * n].reshape(steps, -1)
