"""SPEC.md in NumPy, from the shipped files: what the inference must reproduce."""

import json

import numpy as np
from safetensors import safe_open

import features


class Reference:
    def __init__(self, path):
        with safe_open(path, "pt") as f:
            self.config = json.loads(f.metadata()["config"])
            self.t = {k: f.get_tensor(k).float().numpy() for k in f.keys()}

    def normalise(self, e):
        prior, inv_std = self.t["norm.prior"], self.t["norm.inv_std"]
        kind = self.config["norm"]
        if kind["kind"] == "fixed":
            return ((e - prior) * inv_std).astype(np.float32)
        return features.causal_mean(e, prior, inv_std, kind["prior_frames"])

    def logits(self, y):
        """Normalised frames [T, 40] -> [T // stack, outputs]."""
        t = self.t
        x = np.maximum(0, features.stack(y, self.config["stack"]) @ t["in.w"].T + t["in.b"])
        for i, offsets in enumerate(self.config["blocks"]):
            past, ahead = -min(offsets), max(0, max(offsets))
            p = np.pad(x, ((past, ahead), (0, 0)))
            taps = np.concatenate([p[past + o : past + o + len(x)] for o in offsets], 1)
            h = np.maximum(0, taps @ t[f"block.{i}.w1"].T + t[f"block.{i}.b1"])
            x = x + h @ t[f"block.{i}.w2"].T + t[f"block.{i}.b2"]
        return x @ t["out.w"].T + t["out.b"]

    def log_probs(self, samples):
        """Float samples at 8 kHz -> [steps, V]."""
        z = self.logits(self.normalise(features.log_mel(samples)))
        z = z - z.max(1, keepdims=True)
        return z - np.log(np.exp(z).sum(1, keepdims=True))

    def speech(self, samples):
        """Float samples at 8 kHz -> [steps] probability of speech."""
        z = self.logits(self.normalise(features.log_mel(samples)))[:, 0]
        return 1 / (1 + np.exp(-z))
