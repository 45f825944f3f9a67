"""Features as the services compute them, by asking the program that shares their code."""

import json
import pathlib
import subprocess
import tempfile

import numpy as np
from scipy import sparse

ROLE_BITS = 16
PART_BITS = 15


def _ask(program, arguments, rows):
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run([program, *arguments], input=lines.encode(), stdout=subprocess.PIPE,
                          check=True)
    return done.stdout.splitlines()


def roles(program, abstracts):
    """Of abstracts given as lists of sentences: the matrix of features (sentences × features),
    and how many sentences each abstract has."""
    columns, ends, lengths = [], [0], []
    for line in _ask(program, ["roles"], [{"sentences": s} for s in abstracts]):
        sentences = json.loads(line)
        lengths.append(len(sentences))
        for features in sentences:
            columns.extend(features)
            ends.append(len(columns))
    return _matrix(np.array(columns), np.array(ends), ROLE_BITS), lengths


def _matrix(columns, ends, bits, values=None):
    values = np.ones(len(columns), np.float32) if values is None else values
    matrix = sparse.csr_matrix((values, columns, ends), shape=(len(ends) - 1, 1 << bits))
    matrix.sum_duplicates()
    return matrix


class Candidates:
    """All candidates of some papers. `measures` is C × M; `words` (means) and `marks` are
    C × 2^PART_BITS; `paper` says where each comes from; `texts` are its words."""

    def __init__(self, program, papers):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            _ask(program, ["parts", name], papers)
            self.papers = [json.loads(line) for line in open(folder / "candidates.jsonl")]
            counts = np.fromfile(folder / "counts.u32", "<u4").reshape(-1, 2).astype(np.int64)
            self.measures = np.fromfile(folder / "measures.f32", "<f4").reshape(len(counts), -1)
            words = np.fromfile(folder / "words.u16", "<u2").astype(np.int32)
            marks = np.fromfile(folder / "marks.u16", "<u2").astype(np.int32)
        self.texts = [text for paper in self.papers for text in paper["texts"]]
        sizes = [len(paper["texts"]) for paper in self.papers]
        self.paper = np.repeat(np.arange(len(sizes)), sizes)
        share = np.repeat(1.0 / np.maximum(counts[:, 0], 1), counts[:, 0]).astype(np.float32)
        self.words = _matrix(words, np.concatenate([[0], np.cumsum(counts[:, 0])]), PART_BITS,
                             share)
        self.marks = _matrix(marks, np.concatenate([[0], np.cumsum(counts[:, 1])]), PART_BITS)

    def __len__(self):
        return len(self.texts)


class Papers:
    """What the classifier reads of some papers, in order. `keys` and `times` hold the features of
    all, paper i's between ends[i] and ends[i + 1]; `categories` are keys too; `lexicon` is
    P × tags."""

    def __init__(self, program, papers):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            _ask(program, ["tags", name], papers)
            counts = np.fromfile(folder / "counts.u32", "<u4").reshape(-1, 2).astype(np.int64)
            self.keys = np.fromfile(folder / "keys.u32", "<u4")
            self.times = np.fromfile(folder / "times.u32", "<u4")
            self.lexicon = np.fromfile(folder / "lexicon.f32", "<f4").reshape(len(counts), -1)
            categories = np.fromfile(folder / "categories.u32", "<u4")
        self.ends = np.concatenate([[0], np.cumsum(counts[:, 0])])
        ends = np.concatenate([[0], np.cumsum(counts[:, 1])])
        self.categories = [categories[a:b] for a, b in zip(ends, ends[1:])]

    def __len__(self):
        return len(self.categories)
