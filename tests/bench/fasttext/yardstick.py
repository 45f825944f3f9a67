"""Trains fastText on the authors' keywords and measures it. The run beside this says how."""

import gzip
import json
import pathlib
import sys
import tempfile
import time

import fasttext

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "tools" / "training"))
import keyword_tags  # noqa: E402  what keywords say is said once


def line_of(paper):
    return " ".join(f"{paper['title']} {paper['abstract']}".split())


def train(path):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as out:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for paper in map(json.loads, file):
                tags = keyword_tags.tags_of(paper["keywords"] or "")
                labels = [f"__label__{slug}" for slug in sorted(tags)]
                if labels:
                    out.write(f"{' '.join(labels)} {line_of(paper)}\n")
        out.flush()
        # One thread, so that it is the same each time. Of so few papers five epochs learn nothing.
        return fasttext.train_supervised(out.name, dim=100, wordNgrams=2, loss="ova", epoch=25,
                                         lr=0.5, thread=1, verbose=0)


def speed(keywords, texts, rounds=3):
    model = train(keywords)
    with open(texts, encoding="utf-8") as file:
        lines = list(file)

    def one_by_one():
        for line in lines:
            model.f.predict(line, 3, 0.0, "strict")

    ways = {"one by one, from Python": one_by_one,
            "all in one call, its own loop": lambda: model.f.multilinePredict(lines, 3, 0.0,
                                                                             "strict")}
    for name, way in ways.items():
        seconds = []
        way()
        for _ in range(int(rounds)):
            begin = time.process_time()
            way()
            seconds.append(time.process_time() - begin)
        print(f"RATE {len(lines) / min(seconds):.1f} papers a second, fastText, {name}")


def labels(keywords, papers):
    """Up to three tags that it holds for likelier than not, at least one."""
    model = train(keywords)
    with open(papers, encoding="utf-8") as file:
        for paper in map(json.loads, file):
            said = model.f.predict(line_of(paper) + "\n", 3, 0.0, "strict")
            slugs = [label.removeprefix("__label__") for chance, label in said if chance >= 0.5]
            slugs = slugs or [said[0][1].removeprefix("__label__")]
            print(f"{paper.get('id') or paper['arxiv_id']}\t{' '.join(slugs)}")


if __name__ == "__main__":
    {"speed": speed, "labels": labels}[sys.argv[1]](*sys.argv[2:])
