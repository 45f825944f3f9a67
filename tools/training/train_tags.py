"""Trains the tags: the weights of services/classify/models/tags.bin.

The same files, program and packages give the same bytes. docs/models.md says what they reach.
"""

import os

# One thread: sums in another order would end in other bytes.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import gzip
import json
import lzma
import pathlib

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

import features
import keyword_tags
import weights

SLUGS = keyword_tags.SLUGS
TAGS = len(SLUGS)
# What a paper with authors' keywords counts beside one that was read.
WEAK = 0.1
# Features of fewer papers are left out; of the others, those that matter most are kept.
FEWEST = 5
KEPT = 12288  # at most half of the slots of tag_model.cc
PENALTY = 5.0
CHOOSING_STEPS = 30
# Of the loss, from step to step.
TOLERANCE = 1e-7
# The length of a paper's vector, shorter where the squares are fewer, as in tag_model.cc; what the
# lexicon says counts this much more.
LENGTH = 10.0
FULL_SQUARES = 128.0
LEXICON = 2.0
MOST_TIMES = 63
# Points of F1 on the reference page that a higher threshold may cost.
SLACK = 1.0


def read_lines(path):
    opened = {".gz": gzip.open, ".xz": lzma.open}.get(pathlib.Path(path).suffix, open)
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def targets(rows):
    wanted = np.zeros((len(rows), TAGS))
    for row, slugs in zip(wanted, rows):
        row[[SLUGS.index(slug) for slug in slugs]] = 1
    return wanted


class Matrix:
    """Papers as vectors over a vocabulary of keys: words, then categories, then the lexicon."""

    def __init__(self, papers, vocabulary):
        self.vocabulary = vocabulary
        found = np.searchsorted(vocabulary, papers.keys)
        found[found == len(vocabulary)] = 0
        known = vocabulary[found] == papers.keys
        rows = np.repeat(np.arange(len(papers)), np.diff(papers.ends))[known]
        values = 1 + np.log(np.minimum(papers.times[known], MOST_TIMES))
        shape = (len(papers), len(vocabulary))
        words = sparse.csr_matrix((values, (rows, found[known])), shape)
        lengths = np.sqrt(np.maximum(words.multiply(words).sum(1).A1, FULL_SQUARES))
        words = sparse.diags(LENGTH / lengths) @ words
        ends = np.concatenate([[0], np.cumsum([len(keys) for keys in papers.categories])])
        keys = np.concatenate(papers.categories + [np.zeros(0, np.uint32)])
        at = np.searchsorted(vocabulary, keys)
        at[at == len(vocabulary)] = 0
        here = vocabulary[at] == keys
        rows = np.repeat(np.arange(len(papers)), np.diff(ends))[here]
        listed = sparse.csr_matrix((np.ones(here.sum()), (rows, at[here])), shape)
        self.words = (words + listed).tocsr().astype(np.float32)
        self.lexicon = papers.lexicon * LEXICON

    def all(self):
        return sparse.hstack([self.words, sparse.csr_matrix(self.lexicon)]).tocsr()


def vocabulary_of(groups):
    """Keys of words and categories that enough papers have, ascending."""
    keys = [group.keys for group in groups]
    keys += [listed for group in groups for listed in group.categories]
    found, often = np.unique(np.concatenate(keys), return_counts=True)
    return found[often >= FEWEST]


def sigmoid(score):
    return 1 / (1 + np.exp(-score))


def fit(matrix, wanted, weight, weak, start=None, steps=1000):
    """Logistic regressions with an L2 penalty, all tags at once: coefficients (features × tags),
    intercepts. Papers with keywords (`weak`) have an intercept of their own, for authors name few
    of the tags that a reader would. Fewer steps than it takes are for choosing features only."""
    size = matrix.shape[1]
    across = matrix.T.tocsr()
    offset = np.stack([np.ones(len(weak)), weak], 1)

    def loss(values):
        tags = values.reshape(-1, TAGS)
        score = matrix @ tags[:size] + offset @ tags[size:]
        slope = weight[:, None] * (sigmoid(score) - wanted)
        cost = (weight[:, None] * (np.logaddexp(0, score) - wanted * score)).sum()
        cost += 0.5 * PENALTY * (tags[:size] ** 2).sum() + 0.005 * (tags[size:] ** 2).sum()
        pull = np.concatenate([across @ slope + PENALTY * tags[:size],
                               offset.T @ slope + 0.01 * tags[size:]])
        return cost, pull.ravel()

    if start is None:
        start = np.zeros((size + 2, TAGS))
        read = wanted[weak == 0].mean(0)
        start[size] = np.log(read / (1 - read))
    done = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B",
                    options={"maxiter": steps, "maxcor": 12, "ftol": TOLERANCE})
    if not done.success and steps > CHOOSING_STEPS:
        raise SystemExit(f"train_tags: the fit did not end: {done.message}")
    return done.x.reshape(-1, TAGS)


class Model:
    """Coefficients of `vocabulary` and of the lexicon, and intercepts."""

    def __init__(self, read, read_wanted, keyed, keyed_wanted):
        vocabulary = vocabulary_of([read, keyed])
        wanted = np.concatenate([read_wanted, keyed_wanted])
        weak = np.concatenate([np.zeros(len(read)), np.ones(len(keyed))])
        weight = np.where(weak == 1, WEAK, 1.0)

        def design():
            return sparse.vstack([Matrix(read, vocabulary).all(),
                                  Matrix(keyed, vocabulary).all()]).tocsr()

        everything = design()
        first = fit(everything, wanted, weight, weak, steps=CHOOSING_STEPS)
        often = np.sqrt((everything[:, :len(vocabulary)] > 0).sum(0).A1)
        matters = np.sqrt((first[:len(vocabulary)] ** 2).sum(1)) * often
        kept = np.sort(np.argsort(-matters, kind="stable")[:KEPT])
        rest = np.arange(len(vocabulary), len(first))
        vocabulary = vocabulary[kept]
        second = fit(design(), wanted, weight, weak, start=first[np.concatenate([kept, rest])])
        self.vocabulary = vocabulary
        self.words = second[:len(kept)]
        self.lexicon = second[len(kept):len(kept) + TAGS]
        self.bias = second[-2]

    def score(self, papers):
        matrix = Matrix(papers, self.vocabulary)
        return matrix.words @ self.words + matrix.lexicon @ self.lexicon + self.bias


class Part:
    """Some of the papers."""

    def __init__(self, papers, chosen):
        pieces = [slice(papers.ends[i], papers.ends[i + 1]) for i in chosen]
        self.keys = np.concatenate([papers.keys[piece] for piece in pieces])
        self.times = np.concatenate([papers.times[piece] for piece in pieces])
        self.ends = np.concatenate([[0], np.cumsum([p.stop - p.start for p in pieces])])
        self.categories = [papers.categories[i] for i in chosen]
        self.lexicon = papers.lexicon[chosen]

    def __len__(self):
        return len(self.categories)


def calibrate(score, wanted):
    """Platt scaling of each tag: slopes and offsets."""
    pairs = []
    for tag in range(TAGS):
        def loss(pair, s=score[:, tag], y=wanted[:, tag]):
            odds = pair[0] * s + pair[1]
            slope = sigmoid(odds) - y
            return (np.logaddexp(0, odds) - y * odds).sum(), np.array([slope @ s, slope.sum()])
        pairs.append(minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x)
    return np.array(pairs).T


def fit_leads(odds, orders):
    """What a tag's log-odds want to say which of a paper's tags comes first (a softmax over the
    tags that it was given)."""
    wanted = targets(orders)
    first = np.array([SLUGS.index(order[0]) for order in orders])

    def loss(leads):
        score = np.where(wanted == 1, odds + leads, -np.inf)
        score -= score.max(1, keepdims=True)
        chance = np.exp(score) / np.exp(score).sum(1, keepdims=True)
        slope = chance - np.eye(TAGS)[first]
        cost = -np.log(chance[np.arange(len(first)), first]).sum() + 0.5 * leads @ leads
        return cost, slope.sum(0) + leads

    return minimize(loss, np.zeros(TAGS), jac=True, method="L-BFGS-B").x


def choose(confidence, least, most=3):
    """One to three tags a paper: a matrix of 0 and 1."""
    chosen = np.zeros_like(confidence)
    for row, sure in zip(chosen, confidence):
        order = np.argsort(-sure, kind="stable")[:most]
        row[order[0]] = 1
        row[[tag for tag in order[1:] if sure[tag] >= least]] = 1
    return chosen


def f1(chosen, wanted):
    return 200 * (chosen * wanted).sum() / (chosen.sum() + wanted.sum())


def pick(scores):
    """The last threshold that costs no more than a point of F1: of equals, the one whose tags are
    right more often. Scores are thresholds × papers, or thresholds alone."""
    good = scores >= scores.max(0) - SLACK / 200
    return len(scores) - 1 - good[::-1].argmax(0)


def leave_one_out(confidence, wanted, thresholds):
    """F1 when each paper's threshold is picked on all others, and the one picked on all."""
    right = np.array([(choose(confidence, least) * wanted).sum(1) for least in thresholds])
    size = np.array([(choose(confidence, least) + wanted).sum(1) for least in thresholds])
    best = pick((right.sum(1)[:, None] - right) / (size.sum(1)[:, None] - size))
    papers = np.arange(len(wanted))
    held_out = 200 * right[best, papers].sum() / size[best, papers].sum()
    return held_out, thresholds[int(pick(right.sum(1) / size.sum(1)))]


def tell(name, confidence, wanted, least):
    chosen = choose(confidence, least)
    macro = np.mean([f1(chosen[:, tag], wanted[:, tag]) for tag in range(TAGS)])
    top = wanted[np.arange(len(wanted)), confidence.argmax(1)].mean()
    print(f"{name:<20} at {least:.2f}: micro {f1(chosen, wanted):.1f}  macro {macro:.1f}  "
          f"precision {100 * (chosen * wanted).sum() / chosen.sum():.1f}  "
          f"recall {100 * (chosen * wanted).sum() / wanted.sum():.1f}  "
          f"likeliest is right {100 * top:.1f}  tags {chosen.sum(1).mean():.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", required=True, help="id, tab, slugs: papers that were read")
    parser.add_argument("--papers", required=True, help="their texts, JSON lines")
    parser.add_argument("--keywords", required=True, help="papers with keywords, JSON lines")
    parser.add_argument("--reference", required=True, help="the reference page, JSON lines")
    parser.add_argument("--features", required=True, help="the program training_features")
    parser.add_argument("--out", required=True)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()

    orders = dict(line.rstrip("\n").split("\t") for line in open(options.labels))
    texts = [row for row in read_lines(options.papers) if row["id"] in orders]
    if len(texts) != len(orders):
        raise SystemExit(f"train_tags: {len(orders) - len(texts)} labelled papers have no text")
    orders = [orders[row["id"]].split() for row in texts]
    keyed = read_lines(options.keywords)
    named = [keyword_tags.tags_of(row["keywords"]) for row in keyed]
    keyed = [row for row, tags in zip(keyed, named) if tags]
    keyed_wanted = targets([tags for tags in named if tags])
    reference = read_lines(options.reference)
    reference_wanted = targets([[keyword_tags.slug_of(name) for name in row["tags"]]
                                for row in reference])
    wanted = targets(orders)
    print(f"{len(texts)} papers that were read, {len(keyed)} with keywords", flush=True)
    read, keyed, page = (features.Papers(options.features, rows)
                         for rows in (texts, keyed, reference))

    # Scores of papers that the model has not seen.
    held_out = np.zeros_like(wanted)
    fold = np.arange(len(texts)) % options.folds
    for number in range(options.folds):
        seen, unseen = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        model = Model(Part(read, seen), wanted[seen], keyed, keyed_wanted)
        held_out[unseen] = model.score(Part(read, unseen))
    slopes, offsets = calibrate(held_out, wanted)
    odds = held_out * slopes + offsets
    usual = np.log(wanted.mean(0) / (1 - wanted.mean(0)))
    leads = fit_leads(odds, orders)

    model = Model(read, wanted, keyed, keyed_wanted)
    small, scales = weights.quantize(model.words, np.ones(len(model.words)))
    model.words = small * scales
    on_page = sigmoid(model.score(page) * slopes + offsets)
    thresholds = np.arange(0.16, 0.6, 0.02)
    left_out, least = leave_one_out(on_page, reference_wanted, thresholds)
    print(f"reference page, threshold by leave-one-out: micro {left_out:.1f}")
    for threshold in sorted({*np.round(np.arange(0.2, 0.5, 0.04), 2), round(float(least), 2)}):
        tell("held out", sigmoid(odds), wanted, threshold)
        tell("reference page", on_page, reference_wanted, threshold)
    first = np.array([SLUGS.index(order[0]) for order in orders])
    rank = np.where(choose(sigmoid(odds), least) == 1, odds, -np.inf)
    print(f"first tag right, held out: {100 * np.mean(rank.argmax(1) == first):.1f} without leads, "
          f"{100 * np.mean((rank + leads).argmax(1) == first):.1f} with; in gold "
          f"{100 * wanted[np.arange(len(first)), (rank + leads).argmax(1)].mean():.1f}")

    weights.write(options.out, b"PWTAGS02", [TAGS, keyword_tags.order_hash(), len(small)],
                  [*scales, *model.bias, *(model.lexicon.T * LEXICON).ravel(), *slopes, *offsets,
                   *usual, *leads, least], small, model.vocabulary)


if __name__ == "__main__":
    main()
