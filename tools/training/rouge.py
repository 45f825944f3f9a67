"""ROUGE-N of many short texts against a few, stemmed: what tests/eval measures, made quick enough
for a hundred thousand candidates."""

import collections
import functools
import re

from nltk.stem import porter

_STEMMER = porter.PorterStemmer()
_WORD = re.compile(r"[a-z0-9]+")


@functools.lru_cache(maxsize=None)
def _stem(word):
    return _STEMMER.stem(word) if len(word) > 3 else word


def words(text):
    return [_stem(word) for word in _WORD.findall(text.lower())]


class Grams:
    """The words and pairs of words of a text."""

    def __init__(self, text):
        found = words(text)
        self.count = len(found)
        self.one = collections.Counter(found)
        self.two = collections.Counter(zip(found, found[1:]))


def f1(a, b, two=False):
    first, second = (a.two, b.two) if two else (a.one, b.one)
    total = a.count + b.count - (2 if two else 0)
    return 2 * sum((first & second).values()) / total if total > 0 else 0.0


def precision(a, b):
    return sum((a.one & b.one).values()) / a.count if a.count else 0.0
