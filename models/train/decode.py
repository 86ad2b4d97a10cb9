"""Letters from log-probabilities, for evaluation: greedy, a loop of known words, a closed list."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from texts import VOCAB, encode, fold, sounded


def greedy(lp):
    best = lp.argmax(1)
    keep = best[np.insert(best[1:] != best[:-1], 0, True)]
    return " ".join("".join(VOCAB[i] for i in keep if i).split())


def best_of(lp, phrases):
    """The phrase of the closed list with the highest CTC probability."""
    ids = [encode(p) for p in phrases]
    n = len(ids)
    lengths = torch.tensor([len(i) for i in ids])
    targets = torch.tensor([c for i in ids for c in i])
    x = torch.from_numpy(lp)[:, None].expand(-1, n, -1)
    loss = F.ctc_loss(x, targets, torch.full((n,), len(lp)), lengths, reduction="none")
    return phrases[int(loss.argmin())]


class Trie:
    def __init__(self, words):
        self.children, self.word = [{}], [None]
        for word in sorted({w for text in words for w in fold(text).split()}):
            node = 0
            for c in encode(word):
                if c not in self.children[node]:
                    self.children[node][c] = len(self.children)
                    self.children.append({})
                    self.word.append(None)
                node = self.children[node][c]
            self.word[node] = word


def add(a, b):
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))


def words_of(lp, trie, beam=48, per_word=-1.0):
    """Prefix beam search over any sequence of the trie's words."""
    none = -math.inf
    hyps = {((), 0, 0): (0.0, none)}  # (words, node, last letter) -> (ends in blank, does not)
    for row in lp.tolist():
        new = {}

        def put(key, blank, letter):
            old = new.get(key, (none, none))
            new[key] = (add(old[0], blank), add(old[1], letter))

        for (words, node, last), (pb, pn) in hyps.items():
            total = add(pb, pn)
            put((words, node, last), total + row[0], pn + row[last] if last else none)
            for c, child in trie.children[node].items():
                if row[c] > -12:
                    put((words, child, c), none, (pb if c == last else total) + row[c])
            if trie.word[node] and row[1] > -12:
                put((words + (trie.word[node],), 0, 1), none, total + row[1] + per_word)
        ranked = sorted(new.items(), key=lambda i: -max(i[1]))
        hyps = dict(ranked[:beam])
    best, text = none, ""
    for (words, node, _), (pb, pn) in hyps.items():
        score = add(pb, pn)
        if node and trie.word[node]:
            words = words + (trie.word[node],)
            score += per_word
        elif node:
            continue
        if score > best:
            best, text = score, " ".join(words)
    return text


def distance(a, b):
    """Edits between two sequences."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(diagonal + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


class Errors:
    """Letter and word error over many texts; of their sounds, where `AS_SOUNDS`."""

    AS_SOUNDS = False

    def __init__(self):
        self.letters = self.words = self.letter_edits = self.word_edits = self.whole = self.n = 0

    def count(self, said, heard, spelt=True):
        said = fold(said)
        if self.AS_SOUNDS:
            said, heard = sounded(said), sounded(heard) if spelt else heard
        self.letters += len(said.replace(" ", ""))
        self.letter_edits += distance(said.replace(" ", ""), heard.replace(" ", ""))
        self.words += len(said.split())
        self.word_edits += distance(said.split(), heard.split())
        self.whole += said == heard
        self.n += 1

    def __str__(self):
        return (
            f"letter error {100 * self.letter_edits / self.letters:5.1f} %  word error "
            f"{100 * self.word_edits / self.words:5.1f} %  whole {self.whole}/{self.n}"
        )
