#!/usr/bin/env python3
"""Builds models/nlu/data/palabras.bin: what words of Spanish, Catalan, Galician and
Basque are near in meaning, for the intent classifier.

    words.py FOLDER... --out palabras.bin

Each FOLDER holds unpacked Debian packages (`apt-get download X && dpkg -x X*.deb FOLDER`);
models/nlu/data/palabras.md lists those that were used. Needs numpy and scipy.

Words are near that translate the same English words (programs' catalogues), that stand
beside the same words, or that a thesaurus joins. Each of the three is a matrix of
positive pointwise mutual information; their singular vectors are the words' vectors.
Words are folded as in `nlu`: lower case, no accents, ñ kept; the four languages share
one list.

File: u32 words, u8 dimensions; for each word, sorted by its bytes: u8 length, UTF-8,
u8 rarity (tenths of a bit), i8 x dimensions.
"""

import argparse
import collections
import gettext
import glob
import math
import re
import struct
import unicodedata

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

LANGUAGES = ("es", "ca", "gl", "eu")
THESAURI = ("th_es_ES", "th_ca_ES", "th_gl_ES")
ENYE = "\ue001"
SEEN, JOINED, ENGLISH, WORDS, DIMENSIONS = 4, 5, 8000, 32000, 48
WEIGHTS = {"english": 1.0, "beside": 0.5, "thesaurus": 1.0}


def fold(text):
    text = re.sub(r"<[^>]*>|%[-0-9.]*[a-zA-Z]|\$\w+|\{[^}]*\}|https?:\S+|\\\w", " ", re.sub(r"&amp;|[_&]", "", text))
    text = unicodedata.normalize("NFC", text).lower().replace("ñ", ENYE)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return [w for w in re.split(r"[^a-zñ0-9]+", text.replace(ENYE, "ñ")) if w and len(w) < 18]


def catalogues(folders, language):
    seen = set()
    files = (f for d in folders for f in glob.glob(f"{d}/**/{language}/LC_MESSAGES/*.mo", recursive=True))
    for name in sorted(files):
        try:
            with open(name, "rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog
        except (OSError, UnicodeDecodeError, ValueError):
            continue
        for key, value in catalogue.items():
            key = key[0] if isinstance(key, tuple) else key
            english, own = fold(key.split("\x04")[-1]), fold(value or "")
            pair = (" ".join(english), " ".join(own))
            untranslated = english == own and len(own) > 3
            if english and own and len(own) <= 60 and not untranslated and pair not in seen:
                seen.add(pair)
                yield english, own


def senses(folders):
    for thesaurus in THESAURI:
        for name in sorted(f for d in folders for f in glob.glob(f"{d}/**/{thesaurus}*.dat", recursive=True)):
            with open(name, "rb") as file:
                encoding = file.readline().decode().strip()
                lines = file.read().decode("latin-1" if "8859" in encoding else "utf-8", "replace").split("\n")
            at = 0
            while at < len(lines):
                head = lines[at].split("|")
                at += 1
                if len(head) != 2 or not head[1].strip().isdigit():
                    continue
                for _ in range(int(head[1])):
                    terms = [fold(re.sub(r"\([^)]*\)", "", t)) for t in [head[0]] + lines[at].split("|")[1:]]
                    at += 1
                    words = [t[0] for t in terms if len(t) == 1]
                    if 2 <= len(words) <= 25:
                        yield set(words)


def information(counts, rows, columns):
    keys, values = np.array(list(counts)), np.array(list(counts.values()))
    m = sp.coo_matrix((values, (keys[:, 0], keys[:, 1])), shape=(rows, columns)).tocsr()
    row = np.asarray(m.sum(1)).ravel()
    column = np.asarray(m.sum(0)).ravel() ** 0.75
    column /= column.sum()
    m = m.tocoo()
    mutual = np.maximum(np.log(m.data / (row[m.row] * column[m.col])) - 0.5, 0) * m.data / (m.data + 1)
    p = sp.csr_matrix((mutual, (m.row, m.col)), shape=(rows, columns))
    length = np.sqrt(np.asarray(p.multiply(p).sum(1)).ravel())
    return sp.diags(1 / np.maximum(length, 1e-9)) @ p


def count(messages, joined, index, english):
    counts = {name: collections.defaultdict(float) for name in WEIGHTS}
    for there, own in messages:
        ids = [index.get(w) for w in own]
        if len(there) <= 12 and len(own) <= 14:
            theirs = [english[w] for w in sorted(set(there)) if w in english]
            for i in sorted({i for i in ids if i is not None}):
                for e in theirs:
                    counts["english"][i, e] += 1 / len(theirs)
        for a, i in enumerate(ids):
            for b in range(max(0, a - 3), min(len(ids), a + 4)):
                if a != b and i is not None and ids[b] is not None:
                    counts["beside"][i, ids[b]] += 1 / abs(a - b)
    for words in joined:
        ids = sorted(index[w] for w in words if w in index)
        for i in ids:
            for j in ids:
                counts["thesaurus"][i, j] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    messages = [m for language in LANGUAGES for m in catalogues(arguments.folders, language)]
    joined = list(senses(arguments.folders))
    frequency = collections.Counter(w for _, own in messages for w in own)
    foreign = collections.Counter(w for there, _ in messages for w in there)
    listed = collections.Counter(w for words in joined for w in words)
    known = sorted(w for w in set(frequency) | set(listed)
                   if (frequency[w] >= SEEN or listed[w] >= JOINED) and not w[0].isdigit())
    index = {w: i for i, w in enumerate(known)}
    common = sorted(foreign.items(), key=lambda e: (-e[1], e[0]))[:ENGLISH]
    english = {w: i for i, (w, n) in enumerate(common) if n >= 3}
    print(len(messages), "messages,", len(joined), "senses,", len(known), "words")
    counts = count(messages, joined, index, english)
    parts = [WEIGHTS[n] * information(c, len(known), len(english) if n == "english" else len(known))
             for n, c in counts.items()]
    u, s, _ = svds(sp.hstack(parts).tocsr().astype(np.float32), k=DIMENSIONS, random_state=1)
    vectors = u * np.sqrt(s)
    top = np.abs(vectors).max(1)
    chosen = sorted((w for w in known if top[index[w]] > 0), key=lambda w: (-frequency[w], -listed[w], w))[:WORDS]
    chosen.sort(key=lambda w: w.encode())
    total = sum(frequency.values())
    with open(arguments.out, "wb") as file:
        file.write(struct.pack("<IB", len(chosen), DIMENSIONS))
        for w in chosen:
            row = np.round(vectors[index[w]] / top[index[w]] * 127).astype(np.int8)
            rarity = min(255, round(-10 * math.log2((frequency[w] + 0.5) / total)))
            file.write(bytes([len(w.encode())]) + w.encode() + bytes([rarity]) + row.tobytes())
    print(len(chosen), "kept")


if __name__ == "__main__":
    main()
