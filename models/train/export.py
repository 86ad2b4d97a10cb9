"""Checkpoints to the shipped files, with the parity fixture.

    python export.py --ear RUN/last.pt --vad VADRUN/last.pt --weights ../asr/weights \
        --fixture ../asr/tests/fixtures/parity.safetensors --trained-on "..." \
        --espeak-data DIR
"""

import argparse
import hashlib
import json
import os
import random

import numpy as np
import torch
from safetensors.torch import save_file

import augment
import features
import net
from reference import Reference
from texts import VOCAB


def write(path, tensors, prior, inv_std, config, kind):
    out = {k: v.to(kind) for k, v in tensors.items()}
    for name, value in (("norm.prior", prior), ("norm.inv_std", inv_std)):
        out[name] = torch.from_numpy(value.astype(np.float32))
    for name, value in out.items():
        assert torch.isfinite(value).all(), name
    save_file(out, path, metadata={"config": json.dumps(config, ensure_ascii=False)})


def verify(path, model, inputs):
    """The folded, rounded file computes what the trained network does."""
    shipped = Reference(path)
    x = torch.randn(1, 50, inputs, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        want = model.eval()(x, torch.ones(1, 50, 1))[0][0].numpy()
    frames = x[0].numpy().reshape(-1, features.BANDS)
    worst = np.abs(shipped.logits(frames) - want).max() / np.abs(want).max()
    assert worst < 0.02, f"{path} differs from the checkpoint by {worst:.3f} of its range"


def export_ear(checkpoints, path, trained_on):
    saved = net.average(checkpoints)
    channels = len(saved["model"]["front.bias"])
    model = net.ear(middle=True, channels=channels)
    model.load_state_dict(saved["model"])
    config = {
        "version": 1,
        "sample_rate": 8000,
        "channels": channels,
        "stack": 3,
        "vocab": VOCAB,
        "blocks": net.EAR_BLOCKS,
        "norm": {"kind": "causal_mean", "prior_frames": features.PRIOR_FRAMES},
        "trained_on": trained_on,
        "seed": saved["seed"],
        "steps": saved["step"],
    }
    write(path, model.tensors(), saved["prior"], saved["inv_std"], config, torch.bfloat16)
    verify(path, model, 120)


def export_vad(checkpoint, path, trained_on):
    saved = torch.load(checkpoint, weights_only=False)
    model = net.vad()
    model.load_state_dict(saved["model"])
    config = {
        "version": 1,
        "sample_rate": 8000,
        "channels": net.VAD_CHANNELS,
        "stack": 2,
        "blocks": net.VAD_BLOCKS,
        "norm": {"kind": "fixed"},
        "trained_on": trained_on,
        "seed": saved["seed"],
        "steps": saved["step"],
    }
    write(path, model.tensors(), saved["prior"], saved["inv_std"], config, torch.float16)
    verify(path, model, 80)


def fixture(weights, path, espeak_data):
    """About two seconds of noisy synthetic speech and all that is computed from it."""
    from voices import Espeak

    espeak = Espeak(espeak_data, random.Random(5), variants=0)
    x = espeak.say("quería pedir cita, el jueves", "es", rate=190)[: 8000 * 2 - 1600]
    espeak.close()
    rng = np.random.default_rng(5)
    x = np.concatenate([np.zeros(1200), x, np.zeros(800)])
    x = x * (0.3 / np.abs(x).max()) + rng.standard_normal(len(x)) * 0.002
    signal = np.round(augment.g711(x, 1) * 32768).astype(np.int16)
    x = signal.astype(np.float32) / 32768
    ear = Reference(os.path.join(weights, "ear.safetensors"))
    vad = Reference(os.path.join(weights, "vad.safetensors"))
    mel = features.log_mel(x).astype(np.float32)
    sums = {}
    for name in ("ear", "vad"):
        with open(os.path.join(weights, f"{name}.safetensors"), "rb") as f:
            sums[name] = hashlib.sha256(f.read()).hexdigest()
    computed = {
        "signal": signal,
        "mel": mel,
        "norm": ear.normalise(mel),
        "logprobs": ear.log_probs(x).astype(np.float32),
        "vad": vad.speech(x).astype(np.float32),
    }
    save_file({k: torch.from_numpy(v.copy()) for k, v in computed.items()}, path, metadata=sums)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--ear", nargs="+", help="checkpoints to average, oldest first")
    ap.add_argument("--vad")
    ap.add_argument("--weights", required=True)
    ap.add_argument("--fixture", required=True)
    ap.add_argument("--trained-on", default="")
    ap.add_argument("--espeak-data", required=True)
    args = ap.parse_args()
    os.makedirs(args.weights, exist_ok=True)
    os.makedirs(os.path.dirname(args.fixture), exist_ok=True)
    if args.ear:
        export_ear(args.ear, os.path.join(args.weights, "ear.safetensors"), args.trained_on)
    if args.vad:
        export_vad(args.vad, os.path.join(args.weights, "vad.safetensors"), args.trained_on)
    fixture(args.weights, args.fixture, args.espeak_data)


if __name__ == "__main__":
    main()
