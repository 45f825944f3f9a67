"""The grounding gate on texts that a model wrote: what it finds of what was altered, and what it
refuses of what was not."""

import argparse
import collections
import hashlib
import json
import lzma
import pathlib
import random
import re
import subprocess
import sys

import alterations
import explained
import floors

HERE = pathlib.Path(__file__).resolve().parent
FIELDS = ("tldr", "motivation", "method", "result", "conclusion", "summary", "methodology",
          "results", "implications")
# What the gate is measured for here; links, markup and lengths it judges too, and they are no
# question of the source.
KINDS = {"number", "unit", "name"}
PROTOCOL = """\
Texts: the fields that a model wrote for each paper, one a row. Untouched: all numbers, number words
and names stand in the source letter by letter (plain string comparison, not the gate's). Altered: one
such text with one thing changed by a seeded generator, which the source does not hold by that same
comparison. Found: the gate refuses something that it did not refuse before; told only: it calls the
change arithmetic. As they come: texts with a number or a name, whether or not the source holds it."""


def rows_of(path):
    """(id, source, {section: text}) of either data set."""
    opened = lzma.open if str(path).endswith(".xz") else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            papers = [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise explained.Unmeasured(f"cannot read {path}: {error}") from error
    for paper in papers:
        written = paper.get("AI", paper)
        yield (str(paper.get("id") or paper.get("arxiv_id")),
               paper.get("title", "") + "\n" + paper["abstract"],
               {name: written[name] for name in FIELDS
                if isinstance(written.get(name), str) and written[name].strip()})


def half_of(identity):
    return hashlib.sha256(identity.encode()).digest()[0] & 1


def read_texts(paths, half):
    texts = []
    for path in paths:
        for identity, source, sections in rows_of(path):
            # The gate's rules were tuned on the even half.
            if half != "both" and half_of(identity) != (half == "report"):
                continue
            texts += [(identity, name, source, text) for name, text in sections.items()]
    if not texts:
        raise explained.Unmeasured("no texts in " + ", ".join(map(str, paths)))
    return texts


def verdicts(program, pairs):
    """What the gate says of each (source, text)."""
    lines = "".join(json.dumps({"source": source, "text": text}) + "\n" for source, text in pairs)
    try:
        run = subprocess.run([program, "ground"], input=lines, capture_output=True, text=True,
                             check=False)
    except OSError as error:
        raise explained.Unmeasured(f"{program} does not run: {error.strerror}") from error
    if run.returncode not in (0, 1):
        raise explained.Unmeasured(f"{program} ground ended with {run.returncode}: "
                                   f"{run.stderr.strip()}")
    return [json.loads(line)["verdict"] for line in run.stdout.splitlines()]


def items(verdict, kinds):
    return collections.Counter((item["kind"], item["text"]) for item in verdict["items"]
                               if item["kind"] in kinds)


def alter(texts, per_kind, seed):
    """(kind, source, original, altered, old, new), at most `per_kind` of each kind."""
    # Real names of other papers; no "AI-driven".
    pool = sorted({match.group() for _, _, _, text in texts[::7]
                   for match in alterations.names(text)
                   if not re.search(r"-[a-z]|^[a-z]+-", match.group())})
    facts = {}
    altered = []
    kinds = dict(alterations.ALTERATIONS, **{"source's own": alterations.swapped_numbers})
    for kind, change in kinds.items():
        generator = random.Random(f"{seed} {kind}")
        order = list(range(len(texts)))
        generator.shuffle(order)
        made = 0
        for index in order:
            if made == per_kind:
                break
            _, _, source, text = texts[index]
            if source not in facts:
                facts[source] = alterations.Facts(source)
            result = change(generator, text, facts[source], pool)
            if result:
                altered.append((kind, source, text, *result))
                made += 1
    return altered


def measure(paths, program, options):
    texts = read_texts(paths, options.half)
    literal = [t for t in texts if alterations.literal(t[3], t[2])
               and (alterations.numbers(t[3]) or alterations.names(t[3]))]
    as_they_come = [t for t in texts if alterations.numbers(t[3]) or alterations.names(t[3])]
    altered = alter(literal, options.per_kind, options.seed)

    before = {}
    said = verdicts(program, [(t[2], t[3]) for t in literal])
    refused = sum(bool(items(v, KINDS)) for v in said)
    told = sum(bool(items(v, {"derived"})) for v in said)
    for text, verdict in zip(literal, said):
        before[text[2], text[3]] = verdict
    loose = verdicts(program, [(t[2], t[3]) for t in as_they_come])
    loose_refused = [(t, v) for t, v in zip(as_they_come, loose) if items(v, KINDS)]

    table = {}
    misses = []
    for row, verdict in zip(altered, verdicts(program, [(a[1], a[3]) for a in altered])):
        kind, source, text, _, old, new = row
        was = before[source, text]
        count = table.setdefault(kind, {"altered": 0, "found": 0, "told": 0})
        count["altered"] += 1
        if items(verdict, KINDS) - items(was, KINDS):
            count["found"] += 1
        else:
            arithmetic = bool(items(verdict, {"derived"}) - items(was, {"derived"}))
            count["told"] += arithmetic
            if kind in alterations.ALTERATIONS:
                misses.append((kind, old, new, "told" if arithmetic else "held"))
    counted = [count for kind, count in table.items() if kind in alterations.ALTERATIONS]
    total = {key: sum(count[key] for count in counted) for key in ("altered", "found", "told")}
    figures = {
        "altered": total["altered"],
        "recall": 100 * total["found"] / max(total["altered"], 1),
        "untouched": len(literal),
        "falseAlarms": 100 * refused / max(len(literal), 1),
        "toldUntouched": 100 * told / max(len(literal), 1),
        "asTheyCome": len(as_they_come),
        "refusedAsTheyCome": 100 * len(loose_refused) / max(len(as_they_come), 1),
        "kinds": {kind: dict(count, recall=100 * count["found"] / count["altered"])
                  for kind, count in table.items()},
    }
    return figures, misses, loose_refused


def print_table(figures, misses, most):
    print(f"{'altered':16} {'texts':>6} {'found':>7} {'told only':>10}")
    for kind, row in figures["kinds"].items():
        mark = "" if kind in alterations.ALTERATIONS else "  (not counted: no gate of this kind can)"
        print(f"{kind:16} {row['altered']:6} {row['recall']:6.1f}% "
              f"{100 * row['told'] / row['altered']:9.1f}%{mark}")
    print(f"{'all':16} {figures['altered']:6} {figures['recall']:6.2f}%\n")
    print(f"untouched        {figures['untouched']:6} texts, refused {figures['falseAlarms']:.2f}%, "
          f"told {figures['toldUntouched']:.2f}%")
    print(f"as they come     {figures['asTheyCome']:6} texts, "
          f"refused {figures['refusedAsTheyCome']:.2f}%")
    if misses:
        print(f"\nmissed ({len(misses)}; {min(most, len(misses))} shown): kind, was, became, verdict")
    for kind, old, new, verdict in misses[:most]:
        print(f"  {kind:16} {old!r:>20} {new!r:>20}  {verdict}")


def print_refused(refused, count, seed):
    """A sample of what is refused as it comes, with its surroundings, for someone to read."""
    sample = random.Random(seed).sample(refused, min(count, len(refused)))
    for (identity, name, source, text), verdict in sample:
        for item in verdict["items"]:
            if item["kind"] not in KINDS:
                continue
            at = max(text.find(item["text"]), 0)
            print(json.dumps({"id": identity, "section": name, "kind": item["kind"],
                              "item": item["text"], "around": text[max(at - 60, 0):at + 60],
                              "source": source}, ensure_ascii=False))


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/eval/run grounding",
                                     description=__doc__.replace("\n", " "))
    parser.add_argument("file", nargs="+", help="papers with texts that a model wrote of them")
    parser.add_argument("--program", help="the paperwire to ask")
    parser.add_argument("--half", choices=["tune", "report", "both"], default="report",
                        help="papers by the hash of their id; rules are tuned on one half only")
    parser.add_argument("--per-kind", type=int, default=300, help="altered texts of each kind")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--misses", type=int, default=25, help="how many to show")
    parser.add_argument("--read", type=int, metavar="N",
                        help="print N of the texts refused as they come, and nothing else")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of a table")
    parser.add_argument("--floors", default=str(HERE / "floors.json"),
                        help="what must hold; none: nothing")
    options = parser.parse_args(arguments)
    limits = {}
    if options.floors != "none":
        limits = floors.read(options.floors).get("grounding", {})
    program = options.program or explained.find_program(HERE.parent.parent)
    figures, misses, refused = measure(options.file, program, options)
    if options.read:
        print_refused(refused, options.read, options.seed)
        return 0
    broken = floors.broken(figures, limits)
    if options.json:
        print(json.dumps({"what": "grounding", "figures": figures, "misses": len(misses),
                          "broken": broken}))
    else:
        print_table(figures, misses, options.misses)
        print(f"\n{PROTOCOL}")
        if limits:
            print("Every floor holds." if not broken else "Broken:")
        for line in broken:
            print(f"  {line}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
