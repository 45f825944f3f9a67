"""Trains the roles of sentences on CSAbstruct: the weights of services/summarize/models/roles.bin.

The same files, program and packages give the same bytes. docs/models.md says what it reaches.
"""

import os

# One thread: sums in another order would end in other bytes.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import json
import pathlib

import numpy as np
from scipy import sparse

import crf
import features
import weights

ROLES = ["background", "objective", "method", "result", "other"]
PENALTY = 60
# What a label is worth when no annotator agreed with it: the rest is shared by the other roles.
TRUST = 0.2
# Features of fewer sentences are left at zero.
FEWEST = 3


def load(path):
    rows = [json.loads(line) for line in open(path)]
    labels = np.array([ROLES.index(role) for row in rows for role in row["labels"]])
    agreed = np.array([share for row in rows for share in row["confs"]])
    return [row["sentences"] for row in rows], labels, agreed


def without_rare(matrix):
    often = np.asarray(matrix.sum(0)).ravel() >= FEWEST
    return (matrix @ sparse.diags(often.astype(np.float32))).tocsr()


def soften(labels, agreed):
    sure = TRUST + (1 - TRUST) * agreed
    return np.eye(len(ROLES))[labels] * sure[:, None] + (1 - sure)[:, None] / len(ROLES)


def scores(found, labels):
    """Micro-F1 (which is accuracy here), macro-F1, F1 by role; per cent."""
    each = [200 * np.sum((found == role) & (labels == role))
            / max(1, np.sum(found == role) + np.sum(labels == role))
            for role in range(len(ROLES))]
    return 100 * np.mean(found == labels), np.mean(each), each


def tell(name, found, labels):
    micro, macro, each = scores(found, labels)
    by_role = " ".join(f"{role} {score:.1f}" for role, score in zip(ROLES, each))
    print(f"{name:<12} micro {micro:.1f}  macro {macro:.1f}  {by_role}", flush=True)


def cross_validate(matrix, lengths, labels, agreed, folds):
    sequences = crf.Sequences(lengths)
    found = np.zeros(len(labels), int)
    for fold in range(folds):
        kept = [i for i in range(len(lengths)) if i % folds != fold]
        left = [i for i in range(len(lengths)) if i % folds == fold]
        rows, held = sequences.rows(kept), sequences.rows(left)
        model = crf.fit(without_rare(matrix[rows]), soften(labels[rows], agreed[rows]),
                        crf.Sequences([lengths[i] for i in kept]), len(ROLES), PENALTY)
        found[held] = model.marginals(
            matrix[held], crf.Sequences([lengths[i] for i in left])).argmax(1)
    tell(f"{folds} folds", found, labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True,
                        help="folder with CSAbstruct's train.jsonl and dev.jsonl")
    parser.add_argument("--features", required=True, help="the program training_features")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--folds", type=int, default=0,
                        help="also cross-validate on train; 0: do not")
    options = parser.parse_args()

    sentences, labels, agreed = load(options.data / "train.jsonl")
    matrix, lengths = features.roles(options.features, sentences)
    if options.folds:
        cross_validate(matrix, lengths, labels, agreed, options.folds)
    model = crf.fit(without_rare(matrix), soften(labels, agreed), crf.Sequences(lengths),
                    len(ROLES), PENALTY)
    small, scale = weights.quantize(model.weights, np.asarray(matrix.sum(0)).ravel())
    weights.write(options.out, b"PWROLES1", [features.ROLE_BITS, len(ROLES)],
                  np.concatenate([scale, model.transition.ravel(), model.start]), small)

    sentences, labels, _ = load(options.data / "dev.jsonl")
    matrix, lengths = features.roles(options.features, sentences)
    sequences = crf.Sequences(lengths)
    tell("dev", model.marginals(matrix, sequences).argmax(1), labels)
    model.weights = small * scale
    tell("dev, int8", model.marginals(matrix, sequences).argmax(1), labels)


if __name__ == "__main__":
    main()
