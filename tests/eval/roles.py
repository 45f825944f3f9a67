"""The sentences' roles against CSAbstruct."""

import explained
import measures

LABELS = ("background", "objective", "method", "result", "other")
PROTOCOL = ("sentences as the data has them; micro = share of sentences that are right, macro = "
            "mean F1 of the five labels")


def measure(path, program):
    rows = explained.read_json_lines(path, ["sentences", "labels"])
    for number, row in enumerate(rows, 1):
        if len(row["sentences"]) != len(row["labels"]) or set(row["labels"]) - set(LABELS):
            raise explained.Unmeasured(f"{path}: abstract {number}: not one of "
                                       f"{', '.join(LABELS)} for each sentence")
    answers = explained.explain(program, [{"sentences": row["sentences"]} for row in rows])
    true = [label for row in rows for label in row["labels"]]
    said = [sentence["role"] for answer in answers for sentence in answer["sentences"]]
    return {"papers": len(rows), "sentences": len(true), "model": answers[0]["model"],
            "protocol": PROTOCOL, "figures": figures(true, said)}


def figures(true, said):
    of_class = measures.classes(LABELS, true, said)
    confusion = {t: {s: 0 for s in LABELS} for t in LABELS}
    for t, s in zip(true, said):
        confusion[t][s] += 1
    return {
        "micro": measures.accuracy(true, said),
        "macro": measures.mean([f1 for _, _, f1, _ in of_class.values()]),
        "labels": {label: dict(zip(("precision", "recall", "f1", "sentences"), values))
                   for label, values in of_class.items()},
        "confusion": confusion,
    }


def table(result):
    found = result["figures"]
    lines = [f"micro {found['micro']:.2f}   macro {found['macro']:.2f}   "
             f"of {result['sentences']} sentences", "",
             f"{'':12} precision  recall     F1      is ↓ called →"
             + "".join(f" {label:>10}" for label in LABELS)]
    for label in LABELS:
        row = found["labels"][label]
        lines.append(f"{label:12} {row['precision']:9.1f} {row['recall']:7.1f} {row['f1']:6.1f}"
                     f" {row['sentences']:9} there "
                     + "".join(f" {found['confusion'][label][other]:10}" for other in LABELS))
    return lines
