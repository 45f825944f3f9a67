"""One to three tags a paper against those that it should have."""

import numpy

import measures

BINS = 10
NONE = "none"


def f1(right, given, gold):
    return 200 * right / (given + gold) if given + gold else 0.0


def micro_interval(right, given, gold, rounds=2000, seed=1):
    """The bootstrap's 95 % interval over papers, of each paper's three counts."""
    counts = numpy.array([right, given, gold])
    drawn = numpy.random.default_rng(seed).integers(counts.shape[1],
                                                    size=(rounds, counts.shape[1]))
    sums = counts[:, drawn].sum(axis=2)
    low, high = numpy.percentile(200 * sums[0] / (sums[1] + sums[2]), [2.5, 97.5])
    return float(low), float(high)


def share(hits):
    """A share in percent, with its interval."""
    hits = list(hits)
    return {"share": 100 * measures.mean(hits), "interval": measures.wilson(sum(hits), len(hits))}


def of_tag(slug, gold, given):
    there = sum(slug in tags for tags in gold)
    said = sum(slug in tags for tags in given)
    right = sum(slug in true and slug in tags for true, tags in zip(gold, given))
    return {"gold": there, "given": said, "right": right,
            "precision": 100 * right / said if said else 0.0,
            "precisionInterval": measures.wilson(right, said),
            "recall": 100 * right / there if there else 0.0,
            "f1": f1(right, said, there)}


def confusion(slugs, gold, given):
    """[missed tag][wrongly given tag] → papers; where there is only one of them, "none"."""
    table = {missed: {wrong: 0 for wrong in (*slugs, NONE)} for missed in (*slugs, NONE)}
    for true, tags in zip(gold, given):
        missed = [tag for tag in true if tag not in tags]
        wrong = [tag for tag in tags if tag not in true]
        if not missed and not wrong:
            continue
        for one in missed or [NONE]:
            for other in wrong or [NONE]:
                table[one][other] += 1
    return table


def figures(slugs, gold, given):
    """Of slugs a paper, the first one first."""
    right = [len(set(true) & set(tags)) for true, tags in zip(gold, given)]
    said, there = [len(tags) for tags in given], [len(true) for true in gold]
    tags = {slug: of_tag(slug, gold, given) for slug in slugs}
    used = [row["f1"] for row in tags.values() if row["gold"] or row["given"]]
    return {
        "micro": f1(sum(right), sum(said), sum(there)),
        "interval": micro_interval(right, said, there),
        "precision": 100 * sum(right) / max(sum(said), 1),
        "recall": 100 * sum(right) / max(sum(there), 1),
        "macro": measures.mean(used),
        "first": share(tags[:1] == true[:1] for true, tags in zip(gold, given)),
        "firstInGold": share(bool(tags) and tags[0] in true for true, tags in zip(gold, given)),
        "exact": share(set(true) == set(tags) for true, tags in zip(gold, given)),
        "tagsGiven": measures.mean(said),
        "tagsGold": measures.mean(there),
        "tags": tags,
        "confusion": confusion(slugs, gold, given),
    }


def _bins(confidence):
    """Where bins of equal mass begin and end; equal confidences are in one bin."""
    count = len(confidence)
    cuts = [numpy.searchsorted(confidence, confidence[count * i // BINS]) for i in range(BINS)]
    edges = sorted({int(cut) for cut in cuts} | {0, count})
    return list(zip(edges, edges[1:]))


def calibration(confidence, right):
    """ECE in points, what a perfectly calibrated model would have on as many, and the bins."""
    confidence, right = numpy.asarray(confidence, dtype=float), numpy.asarray(right, dtype=float)
    order = numpy.argsort(confidence, kind="stable")
    confidence, right = confidence[order], right[order]
    bins = _bins(confidence)
    drawn = (numpy.random.default_rng(1).random((500, len(confidence))) < confidence).astype(float)
    error = chance = 0.0
    rows = []
    for begin, end in bins:
        mean = confidence[begin:end].mean()
        mass = (end - begin) / len(confidence)
        error += mass * abs(right[begin:end].mean() - mean)
        chance += mass * numpy.abs(drawn[:, begin:end].mean(axis=1) - mean).mean()
        rows.append({"from": 100 * float(confidence[begin]), "to": 100 * float(confidence[end - 1]),
                     "tags": end - begin, "confidence": 100 * float(mean),
                     "right": 100 * float(right[begin:end].mean())})
    return {"ece": 100 * float(error), "eceByChance": 100 * float(chance), "bins": rows}


def of_marked(low, gold, given):
    """What the mark "a guess" is worth: the marked papers beside the others."""
    def of(marked):
        pairs = [(true, tags) for true, tags, mark in zip(gold, given, low) if mark == marked]
        right = [tag in true for true, tags in pairs for tag in tags]
        return {"papers": len(pairs), "precision": share(right),
                "firstInGold": share(tags[0] in true for true, tags in pairs)}
    return {"share": 100 * measures.mean(low), "marked": of(True), "others": of(False)}


def kappa(slugs, gold, given):
    """Cohen's, over all decisions of paper and tag."""
    first = numpy.array([[slug in tags for slug in slugs] for tags in gold])
    second = numpy.array([[slug in tags for slug in slugs] for tags in given])
    agreed = (first == second).mean()
    by_chance = (first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean()))
    return float((agreed - by_chance) / (1 - by_chance)) if by_chance < 1 else 1.0
