"""The language model of the ear's open vocabulary: words with their shares, and what follows what.

    python language.py --root DIR --words /usr/share/dict/spanish --out ../asr/weights/language.bin

DIR holds the unpacked Debian packages fortunes-es, libreoffice-help-es, debian-reference-es,
debian-faq, aptitude-doc-es and manpages-es (/ where they are installed); the words' shares are
wordfreq's. What callers say to public offices comes from texts.py. Format: SPEC.md.
"""

import argparse
import glob
import gzip
import html
import math
import os
import random
import re
import struct
from collections import Counter, defaultdict

import numpy as np
import wordfreq

from texts import Texts, told

WORDS = 28_000
PAIRS = 150_000
# Counts that each word seen after another lends to those not seen (Witten-Bell).
LENT = 2.4
# Weight of a source's counts; the ear's own sentences count as a caller's.
QUOTES, MANUALS, CALLERS, OWN = 1.0, 0.1, 0.2, 10.0
CALLER_TEXTS = 150_000
# Beginning and end of an utterance; what an end anywhere is worth.
START, END, ENDING = "<s>", "</s>", 0.1
# Share of the unigram that is wordfreq's, of the texts', and of the callers'.
MIX = (0.7, 0.15, 0.15)


def plain(page):
    """The text of an HTML page, code left out."""
    page = re.sub(r"(?s)<(script|style|pre|code|kbd|tt)[^>]*>.*?</\1>", " . ", page)
    return html.unescape(re.sub(r"(?s)<[^>]+>", " ", page))


def manual(page):
    """The text of a manual page, its requests left out."""
    return re.sub(r"(?m)^[.'].*$", ".", re.sub(r"\\f.|\\[-&]|\\\(..", "", page))


def quotes(page):
    return page.replace("\n", " ").replace("%", ".")


SOURCES = [
    ("usr/share/games/fortunes/es/**/*", r"^[^.]*(\.fortunes)?$", quotes, QUOTES),
    ("usr/share/libreoffice/help/es/**/*.html", "", plain, MANUALS),
    ("usr/share/**/*.es.html", "", plain, MANUALS),
    ("usr/share/doc/aptitude/html/es/**/*.html", "", plain, MANUALS),
    ("usr/share/man/es/**/*.gz", "", manual, MANUALS),
]


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        raw = f.read()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def sentences(text):
    """Lists of words; lines that are mostly no words are left out."""
    for part in re.split(r"[.!?:;\n—()«»\"]+", text):
        words = re.findall(r"[a-záéíóúüñ]+", part.lower())
        if len(words) >= 3 and sum(map(len, words)) > 0.6 * len(part.strip()):
            yield words


def pages(root):
    """(sentence, weight) of every source."""
    for pattern, keep, convert, weight in SOURCES:
        files = sorted(glob.glob(os.path.join(root, pattern), recursive=True))
        files = [f for f in files if os.path.isfile(f) and re.search(keep, os.path.basename(f))]
        if not files:
            raise SystemExit(f"nothing matches {pattern} below {root}; unpack the packages that the help names")
        for path in files:
            for words in sentences(convert(read(path))):
                yield words, weight


def callers(words, seed):
    """Sentences as callers say them, ids left to the grammars."""
    rng = random.Random(seed)
    texts = Texts(words)
    texts.words = ["de"]  # no salads of the dictionary
    for n in range(CALLER_TEXTS):
        said = re.findall(r"[a-záéíóúüñ]+", (told(rng) if n % 2 else texts.draw(rng)).lower())
        yield said


def follow(words, weight, pairs):
    for pair in zip(words, words[1:]):
        pairs[pair] += weight


def count(root, words, own, seed):
    singles, theirs, pairs = Counter(), Counter(), Counter()
    for sentence, weight in pages(root):
        for word in sentence:
            singles[word] += weight
        # nobody begins to speak as a manual does
        ends = weight > MANUALS
        follow([START, *sentence, END] if ends else sentence, weight, pairs)
    said = [(s, CALLERS) for s in callers(words, seed)] + [(s, OWN) for s in own]
    for sentence, weight in said:
        for word in sentence:
            theirs[word] += weight
        follow([START, *sentence, END], weight, pairs)
    return singles, theirs, pairs


def vocabulary(singles, theirs):
    """word -> probability, the likeliest words."""
    foreign = re.compile(r"[kw]|([^lrc])\1|^h?[^aeiouáéíóúüyh]+$")
    use = {w: wordfreq.word_frequency(w, "es") for w in wordfreq.top_n_list("es", 40_000)}
    total = sum(singles.values()), sum(theirs.values())
    shares = {}
    for w in set(use) | set(theirs):
        if not re.fullmatch(r"[a-záéíóúüñ]{1,18}", w) or (foreign.search(w) and w not in theirs):
            continue
        if len(w) == 1 and w not in "aeiouy":
            continue
        parts = (use.get(w, 0), singles[w] / total[0], theirs[w] / total[1])
        shares[w] = sum(m * p for m, p in zip(MIX, parts))
    best = sorted(shares.items(), key=lambda i: (-i[1], i[0]))[:WORDS]
    norm = sum(p for _, p in best)
    return {w: p / norm for w, p in best} | {END: ENDING}


def smoothed(pairs, shares):
    """{before: {word: probability}} of the pairs worth keeping, and {before: back-off weight}."""
    by_first = defaultdict(dict)
    for (a, b), c in pairs.items():
        if b in shares and (a in shares or a == START):
            by_first[a][b] = c
    worth = []
    for a, after in by_first.items():
        total = sum(after.values())
        lent = LENT * len(after)
        rest = lent / (total + lent)
        for b, c in after.items():
            p = c / (total + lent) + rest * shares[b]
            gain = c * math.log(p / (rest * shares[b]))
            worth.append((gain, a, b, p))
    worth.sort(key=lambda w: (-w[0], w[1], w[2]))
    kept = defaultdict(dict)
    for gain, a, b, p in worth[:PAIRS]:
        if gain > 0:
            kept[a][b] = p
    back = {}
    for a, after in kept.items():
        left = 1 - sum(after.values())
        unseen = 1 - sum(shares[b] for b in after)
        back[a] = max(left, 0.02) / max(unseen, 1e-3)
    return kept, back


def pack(shares, kept, back):
    """The file of SPEC.md."""
    words = [w for w in shares if w != END]
    number = {w: i for i, w in enumerate(words)} | {START: 0xFFFF, END: 0xFFFE}
    level = lambda p: min(255, max(0, round(-math.log(p) * 12)))
    out = [b"DGLM\x01", struct.pack("<I", len(words))]
    for w in words:
        raw = w.encode()
        out.append(struct.pack("BB", len(raw), level(shares[w])) + raw)
    firsts = sorted(kept, key=number.get)
    out.append(struct.pack("<I", len(firsts)))
    for a in firsts:
        after = sorted(kept[a].items(), key=lambda i: number[i[0]])
        # a back-off weight above 1 is possible where the pairs kept are few
        weight = min(255, max(0, round(-math.log(min(back[a], 1.0)) * 12)))
        out.append(struct.pack("<HBH", number[a], weight, len(after)))
        out.extend(struct.pack("<HB", number[b], level(p)) for b, p in after)
    return b"".join(out)


def perplexity(shares, kept, back, texts):
    logs = []
    for words in texts:
        for a, b in zip([START, *words], words):
            if b in shares:
                p = kept.get(a, {}).get(b) or min(back.get(a, 1.0), 1.0) * shares[b]
                logs.append(math.log(p))
    return math.exp(-np.mean(logs))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--root", default="/")
    ap.add_argument("--words", required=True, help="a Spanish word list")
    ap.add_argument("--own", required=True, help="sentences of callers, one a line")
    ap.add_argument("--out", required=True)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--try-on", help="a text file to tell the perplexity of")
    args = ap.parse_args()
    with open(args.own, encoding="utf-8") as f:
        own = [re.findall(r"[a-záéíóúüñ]+", line.lower()) for line in f]
    with open(args.words, encoding="utf-8") as f:
        singles, theirs, pairs = count(args.root, f.readlines(), own, args.seed)
    shares = vocabulary(singles, theirs)
    kept, back = smoothed(pairs, shares)
    raw = pack(shares, kept, back)
    with open(args.out, "wb") as f:
        f.write(raw)
    print(f"{len(shares)} words, {sum(map(len, kept.values()))} pairs, {len(raw)} bytes")
    if args.try_on:
        with open(args.try_on, encoding="utf-8") as f:
            texts = [re.findall(r"[a-záéíóúüñ]+", line.lower()) for line in f]
        missing = sum(w not in shares for t in texts for w in t)
        alone = perplexity(shares, {}, {}, texts)
        print(f"perplexity {perplexity(shares, kept, back, texts):.0f}, of single words {alone:.0f}, {missing} unknown")


if __name__ == "__main__":
    main()
