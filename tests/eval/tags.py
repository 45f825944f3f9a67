"""The tags that a paper is given against those that it should have."""

import argparse
import json
import pathlib

import explained
import floors
import report
import tag_gold
import tag_measures

HERE = pathlib.Path(__file__).resolve().parent
PROTOCOL = ("title, abstract and categories go in; all in percent; micro over all pairs of paper "
            "and tag, with the bootstrap's 95 % interval over papers; macro over the tags that either "
            "side has; shares with Wilson's 95 % interval; ECE: ten bins of equal mass, and what "
            "chance alone would make of it in as many; confusion: pairs of a tag missed and a tag "
            "given wrongly in one paper")
AGREEMENT = ("the first reading counts as right; kappa is Cohen's, over all decisions of paper and "
             "tag")


def percent(row):
    low, high = row["interval"]
    return f"{row['share']:.1f} [{low:.1f} – {high:.1f}]"


def table_of_tags(found):
    lines = [f"{'':24} gold given  precision              recall     F1"]
    for slug, row in found["tags"].items():
        low, high = row["precisionInterval"]
        precision = f"{row['precision']:5.1f} [{low:5.1f} – {high:5.1f}]" if row["given"] else "–"
        lines.append(f"{slug:24} {row['gold']:4} {row['given']:5}  {precision:22} "
                     f"{row['recall']:6.1f} {row['f1']:6.1f}")
    return lines


def table_of_calibration(title, found):
    lines = ["", f"{title}: ECE {found['ece']:.1f}, by chance {found['eceByChance']:.1f}",
             f"{'confidence':>15} {'mean':>6} {'right':>6} {'tags':>6}"]
    for row in found["bins"]:
        lines.append(f"{row['from']:6.1f} – {row['to']:6.1f} {row['confidence']:6.1f} "
                     f"{row['right']:6.1f} {row['tags']:6}")
    return lines


def table_of_confusion(found):
    names = list(found)
    heads = "".join(f" {name[:4]:>4}" for name in names)
    lines = ["", f"{'missed ↓ given →':24}{heads}"]
    for missed in names:
        cells = "".join(f" {found[missed][wrong] or '·':>4}" for wrong in names)
        lines.append(f"{missed:24}{cells}")
    return lines


def table(result):
    found = result["figures"]
    low, high = found["interval"]
    lines = [f"micro F1 {found['micro']:.1f} [{low:.1f} – {high:.1f}]   precision "
             f"{found['precision']:.1f}   recall {found['recall']:.1f}   "
             f"macro F1 {found['macro']:.1f}",
             f"first tag is gold's first {percent(found['first'])}   is in gold "
             f"{percent(found['firstInGold'])}",
             f"all of them and no other {percent(found['exact'])}   tags a paper "
             f"{found['tagsGiven']:.2f}, gold {found['tagsGold']:.2f}"]
    if "kappa" in found:
        lines.append(f"kappa {found['kappa']:.2f}")
    if "lowConfidence" in found:
        marks = found["lowConfidence"]
        lines.append(f"marked as a guess {marks['share']:.1f}")
        for name in ("marked", "others"):
            row = marks[name]
            if row["papers"]:
                lines.append(f"  {name}: {row['papers']} papers, precision "
                             f"{percent(row['precision'])}, first tag in gold "
                             f"{percent(row['firstInGold'])}")
    lines += ["", *table_of_tags(found)]
    if "calibration" in found:
        lines += table_of_calibration("tags that are given", found["calibration"])
    if "scoreCalibration" in found:
        lines += table_of_calibration("all tags of all papers", found["scoreCalibration"])
    return lines + table_of_confusion(found["confusion"])


def ask(program, papers):
    answers = explained.explain(program, [
        {field: paper[field] for field in ("id", "title", "abstract", "categories")}
        for paper in papers])
    for answer in answers:
        if not answer.get("tags"):
            raise explained.Unmeasured(f"{program} gives {answer['id']} no tags")
    return answers


def figures_of_program(papers, answers):
    gold = [paper["tags"] for paper in papers]
    given = [[tag["slug"] for tag in answer["tags"]] for answer in answers]
    figures = tag_measures.figures(tag_gold.SLUGS, gold, given)
    figures["calibration"] = tag_measures.calibration(
        [tag["confidence"] for answer in answers for tag in answer["tags"]],
        [slug in true for true, tags in zip(gold, given) for slug in tags])
    if all("tagScores" in answer for answer in answers):
        figures["scoreCalibration"] = tag_measures.calibration(
            [answer["tagScores"][slug] for answer in answers for slug in tag_gold.SLUGS],
            [slug in true for true in gold for slug in tag_gold.SLUGS])
    figures["lowConfidence"] = tag_measures.of_marked(
        [answer["tagProvenance"]["lowConfidence"] for answer in answers], gold, given)
    return figures


def measure(options):
    papers = tag_gold.read(options.file, options.papers)
    answers = ask(options.program or explained.find_program(HERE.parent.parent), papers)
    return {"papers": len(papers), "model": answers[0]["tagProvenance"]["model"],
            "protocol": PROTOCOL, "figures": figures_of_program(papers, answers)}


def agreement(options):
    first = {identity: tags for path in options.file
             for identity, tags in tag_gold.read_tags(path).items()}
    second = tag_gold.read_tags(options.agreement)
    both = [identity for identity in first if identity in second]
    if not both:
        raise explained.Unmeasured(f"{options.agreement} has no paper of {options.file[0]}")
    gold, given = [first[identity] for identity in both], [second[identity] for identity in both]
    figures = tag_measures.figures(tag_gold.SLUGS, gold, given)
    figures["kappa"] = tag_measures.kappa(tag_gold.SLUGS, gold, given)
    return {"papers": len(both), "model": pathlib.Path(options.agreement).name,
            "protocol": AGREEMENT, "figures": figures}


def as_text(measured):
    """JSON with a line each tag."""
    tags = ",\n".join(f'    "{slug}": {json.dumps(row)}' for slug, row in measured["tags"].items())
    return (f'{{\n  "model": {json.dumps(measured["model"])},\n  "papers": {measured["papers"]},\n'
            f'  "tags": {{\n{tags}\n  }}\n}}\n')


def write_measured(path, result):
    """As libs/tags has it."""
    tags = {slug: {"given": row["given"], "right": row["right"]}
            for slug, row in result["figures"]["tags"].items()}
    measured = {"model": result["model"], "papers": result["papers"], "tags": tags}
    try:
        pathlib.Path(path).write_text(as_text(measured), encoding="utf-8")
    except OSError as error:
        raise explained.Unmeasured(f"cannot write {path}: {error.strerror}") from error


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/eval/run tags", description=__doc__)
    parser.add_argument("file", nargs="+",
                        help="papers with tags (JSON lines), or labels (.tsv: id, tab, slugs by "
                             "spaces); several are one")
    parser.add_argument("--papers", action="append", default=[], metavar="FILE",
                        help="titles and abstracts of labels, JSON lines (.xz too)")
    parser.add_argument("--agreement", metavar="FILE",
                        help="a second reading of some of the papers, instead of the program")
    parser.add_argument("--measured", metavar="FILE",
                        help="where to write how often each tag was given, and rightly: "
                             "libs/tags/measured.json")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of a table")
    parser.add_argument("--program", help="the paperwire to ask")
    parser.add_argument("--floors", default=str(HERE / "floors.json"),
                        help="what must hold; none: nothing")
    options = parser.parse_args(arguments)

    limits = {}
    # Each set of papers has its own.
    if options.floors != "none" and not options.agreement:
        limits = floors.read(options.floors).get("tags", {}).get(pathlib.Path(options.file[0]).name,
                                                                 {})
    result = agreement(options) if options.agreement else measure(options)
    names = ", ".join(pathlib.Path(path).name for path in options.file)
    result = {"what": "tags", "file": names, **result,
              "broken": floors.broken(result["figures"], limits)}
    if options.measured and not options.agreement:
        write_measured(options.measured, result)
    return report.show(result, table(result), options.json, bool(limits))
