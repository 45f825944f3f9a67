"""The measures: ROUGE, F1, and how far a mean may be off."""

import functools

import numpy
from nltk.stem import porter
from rouge_score import rouge_scorer, tokenize


class _StemmedWords:
    """rouge-score's own words, stemmed, each text once."""

    def __init__(self):
        self._stemmer = porter.PorterStemmer()
        self.tokenize = functools.lru_cache(maxsize=100_000)(
            lambda text: tokenize.tokenize(text, self._stemmer))


_scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_StemmedWords())


def rouge(reference, text):
    """(R1, R2, RL) as F1 in percent, with stemming."""
    scores = _scorer.score(reference, text)
    return tuple(100 * scores[name].fmeasure for name in ("rouge1", "rouge2", "rougeL"))


def rouge_of_best(references, text):
    """The three against the reference that has the best R1, the first of equals."""
    return max((rouge(reference, text) for reference in references), key=lambda score: score[0])


def mean(values):
    return sum(values) / len(values) if values else 0.0


def interval(values, rounds=2000, seed=1):
    """The bootstrap's 95 % interval of the mean; the same for the same values."""
    drawn = numpy.random.default_rng(seed).choice(numpy.asarray(values, dtype=float),
                                                  size=(rounds, len(values)))
    low, high = numpy.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def wilson(hits, total):
    """Wilson's 95 % interval of a share, in percent; nothing known: all of it."""
    if total == 0:
        return 0.0, 100.0
    z = 1.959964
    share = hits / total
    middle = share + z * z / (2 * total)
    half = z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    scale = 100 / (1 + z * z / total)
    return max(scale * (middle - half), 0.0), min(scale * (middle + half), 100.0)


def classes(labels, true, said):
    """For each label (precision, recall, F1, how many there are), in percent."""
    figures = {}
    for label in labels:
        hits = sum(t == label and s == label for t, s in zip(true, said))
        there, found = true.count(label), said.count(label)
        precision = 100 * hits / found if found else 0.0
        recall = 100 * hits / there if there else 0.0
        both = precision + recall
        figures[label] = (precision, recall, 2 * precision * recall / both if both else 0.0, there)
    return figures


def accuracy(true, said):
    """In percent; with one label a sentence it is the micro-averaged F1 too."""
    return 100 * mean([t == s for t, s in zip(true, said)])


def words(text):
    return len(text.split())
