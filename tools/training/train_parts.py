"""Trains the scorers of the card's parts: the weights of services/summarize/models/parts.bin.

The tldr learns from SciTLDR-A's references and from the notes; everything else from the notes, a
file of abstracts with another model's tldr, motivation, method, result and conclusion. The same
files, program and packages give the same bytes. docs/models.md says what it reaches.
"""

import os

# One thread: sums in another order would end in other bytes.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import hashlib
import json
import lzma
import pathlib
import re

import numpy as np

import features
import linear
import rouge
import weights

PARTS = ["tldr", "highlights", "summary", "methodology", "results", "implications"]
NOTES = ["tldr", "motivation", "method", "result", "conclusion"]
LONGEST = 60
PIECE = re.compile(r"[.;]\s+")
# How much the regressed reward, which is 0–1, counts in the tldr's score.
REGRESSED = 100
# A sentence belongs to the note that has most of its words, if it has this share.
BELONGS = 0.45


def scitldr(path):
    return [json.loads(line) for line in open(path)]


def notes(path, count, without):
    """`count` papers with whole notes, chosen by their ids; none that is in `without`."""
    with lzma.open(path, "rt") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if row["abstract"] and row["id"] not in without
            and all(row["AI"].get(name) for name in NOTES)]
    rows.sort(key=lambda row: hashlib.md5(row["id"].encode()).hexdigest())
    return rows[:count]


class Group:
    """The candidates of some papers that are not too long, and what each is worth."""

    def __init__(self, candidates, references):
        short = np.array([len(text.split()) <= LONGEST for text in candidates.texts])
        self.one = np.zeros(len(candidates))
        self.two = np.zeros(len(candidates))
        for i in np.flatnonzero(short):
            grams = rouge.Grams(candidates.texts[i])
            self.one[i], best = max((rouge.f1(grams, reference), -k) for k, reference
                                    in enumerate(references[candidates.paper[i]]))
            self.two[i] = rouge.f1(grams, references[candidates.paper[i]][-best], two=True)
        self.one, self.two = self.one[short], self.two[short]
        self.measures = candidates.measures[short]
        self.words = linear.hashed(candidates)[short]
        self.paper = candidates.paper[short]


def fit_tldr(candidates, rows, noted, note_rows):
    """Two scorers, added: one regresses ROUGE-1, one maximizes what the chosen line is worth. Each
    learns from the notes first, then from the references, staying near."""
    note = Group(noted, [[rouge.Grams(row["AI"]["tldr"])] for row in note_rows])
    reference = Group(candidates,
                      [[rouge.Grams(text) for text in row["target"]] for row in rows])
    regressed = linear.fit_reward(note.measures, note.words, note.one)
    rest = reference.one - regressed.score(reference.measures, reference.words)
    regressed = regressed.plus(linear.fit_reward(reference.measures, reference.words, rest))
    chosen = None
    for group in (note, reference):
        chosen = linear.fit_choice(group.measures, group.words, group.paper,
                                   group.one + group.two, prior=chosen)
    return chosen.plus(regressed, REGRESSED)


def fit_highlights(noted, note_rows, grams):
    """A highlight is what comes closest to one clause of the notes."""
    pieces = [[rouge.Grams(piece) for name in NOTES if name != "motivation"
               for piece in PIECE.split(row["AI"][name]) if len(piece.split()) >= 5]
              for row in note_rows]
    reward = np.array([max((rouge.f1(g, piece) for piece in pieces[paper]), default=0)
                       for g, paper in zip(grams, noted.paper)])
    short = np.array([len(text.split()) <= LONGEST for text in noted.texts])
    return linear.fit_choice(noted.measures[short], linear.hashed(noted)[short],
                             noted.paper[short], reward[short])


def fit_sections(noted, note_rows, grams):
    """Where each whole sentence belongs: to the note that has most of its words."""
    by_paper = [[rouge.Grams(row["AI"][name]) for name in NOTES] for row in note_rows]
    shares = np.array([[rouge.precision(g, note) for note in by_paper[paper]]
                       for g, paper in zip(grams, noted.paper)])
    motivation, method, result, conclusion = shares[:, 1:].T
    hashed = linear.hashed(noted)
    everything = np.ones(len(noted))
    scorers = {"summary": linear.fit_membership(noted.measures, hashed, shares.max(1), everything)}
    best = shares[:, 1:].max(1)
    # A sentence that two notes tell alike teaches neither.
    clear = best - np.sort(shares[:, 1:], 1)[:, -2]
    for part, share in (("methodology", method), ("results", result),
                        ("implications", conclusion)):
        wanted = ((share == best) & (share >= BELONGS)).astype(float)
        scorers[part] = linear.fit_membership(noted.measures, hashed, wanted,
                                              np.minimum(1, 0.1 + 3 * clear))
    return scorers


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scitldr", type=pathlib.Path, required=True,
                        help="SciTLDR-A's train.jsonl")
    parser.add_argument("--notes", type=pathlib.Path, required=True,
                        help="papers_with_section_notes.jsonl.xz")
    parser.add_argument("--without", type=pathlib.Path, required=True,
                        help="JSON lines whose arxiv_id are left out: what is tested on")
    parser.add_argument("--count", type=int, default=6000, help="how many noted papers to use")
    parser.add_argument("--features", required=True, help="the program training_features")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()

    without = {json.loads(line)["arxiv_id"] for line in open(options.without)}
    rows = scitldr(options.scitldr)
    note_rows = notes(options.notes, options.count, without)
    candidates = features.Candidates(options.features, [
        {"title": row["title"], "sentences": row["source"]} for row in rows])
    noted = features.Candidates(options.features, [
        {"title": row["title"], "abstract": row["abstract"]} for row in note_rows])
    grams = [rouge.Grams(text) for text in noted.texts]
    print(f"{len(rows)} papers with references, {len(candidates)} candidates; "
          f"{len(note_rows)} with notes, {len(noted)}", flush=True)

    scorers = {"tldr": fit_tldr(candidates, rows, noted, note_rows),
               "highlights": fit_highlights(noted, note_rows, grams),
               **fit_sections(noted, note_rows, grams)}
    measures = np.stack([scorers[part].measures for part in PARTS])
    small, scale = weights.quantize(np.stack([scorers[part].weights for part in PARTS], axis=1),
                                    np.asarray(linear.hashed(noted).sum(0)).ravel())
    weights.write(options.out, b"PWPARTS1",
                  [features.PART_BITS, len(PARTS), measures.shape[1]],
                  np.concatenate([measures.ravel(), scale * linear.WORDS, scale]), small)


if __name__ == "__main__":
    main()
