"""The evaluation of tags on fixtures, with a stand-in for the program."""

import json
import lzma
import os
import pathlib
import unittest

from stand_in import StandInCase
from tag_gold import SLUGS

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
PAGE = str(FIXTURES / "tagged_page.jsonl")
LABELS = str(FIXTURES / "labels.tsv")
PAPERS = str(FIXTURES / "tagged_papers.jsonl")

# Takes what prunes for Efficient ML, surely; what is of cs.CL for NLP; and everything for
# Interpretability, with a doubt.
STAND_IN = """#!{python}
import json, sys
assert sys.argv[1:] == ["explain", "--from", "-", "--format", "json"], sys.argv
for line in sys.stdin:
    paper = json.loads(line)
    assert "tags" not in paper
    tags = [("efficient-ml", 0.9)] if "prune" in paper["abstract"] else []
    tags += [("nlp", 0.8)] if "cs.CL" in paper["categories"] else []
    tags.append(("interpretability", 0.2))
    answer = {{"id": paper["id"], "tags": [{{"slug": slug, "name": slug, "confidence": value,
                                            "evidence": []}} for slug, value in tags],
              "tagProvenance": {{"model": "stand-in", "lowConfidence": len(tags) == 1}}}}
    if {scores}:
        answer["tagScores"] = dict.fromkeys({slugs}, 0.25)
    print(json.dumps(answer))
"""


class Tags(StandInCase):
    def setUp(self):
        super().setUp()
        self.answer()

    def answer(self, scores=False):
        self.stand_in(STAND_IN, scores=scores, slugs=SLUGS)

    def run_with(self, *arguments, floors="none"):
        return super().run_with("tags", *arguments, floors=floors)

    def figures(self, *arguments):
        code, out, err = self.run_with(*arguments, "--json")
        self.assertEqual((code, err, out.count("\n")), (0, "", 1))
        return json.loads(out)

    def test_scores_a_page_whose_tags_have_names(self):
        result = self.figures(PAGE)
        self.assertEqual((result["what"], result["papers"], result["model"]),
                         ("tags", 2, "stand-in"))
        found = result["figures"]
        # Right: Efficient ML and NLP, of 4 given and 3 there.
        self.assertAlmostEqual(found["micro"], 100 * 4 / 7, places=3)
        self.assertEqual(found["first"]["share"], 100)
        self.assertEqual(found["confusion"]["theory"]["interpretability"], 1)
        # 0.9 and 0.8 are right, 0.2 twice is not.
        self.assertAlmostEqual(found["calibration"]["ece"], (20 * 2 + 20 + 10) / 4)
        self.assertEqual(found["lowConfidence"]["share"], 0)
        self.assertNotIn("scoreCalibration", found)

    def test_looks_up_the_texts_of_labels(self):
        result = self.figures(LABELS, "--papers", PAPERS)
        self.assertEqual(result["papers"], 2)
        self.assertAlmostEqual(result["figures"]["recall"], 50)
        packed = self.folder / "papers.jsonl.xz"
        packed.write_bytes(lzma.compress(pathlib.Path(PAPERS).read_bytes()))
        self.assertEqual(self.figures(LABELS, "--papers", str(packed))["figures"],
                         result["figures"])

    def test_takes_several_files_for_one(self):
        more = self.write("more.jsonl", json.dumps(
            {"id": "x", "title": "T", "abstract": "Nothing.", "tags": ["robotics"]}))
        result = self.figures(PAGE, more)
        self.assertEqual((result["papers"], result["file"]), (3, "tagged_page.jsonl, more.jsonl"))
        marks = result["figures"]["lowConfidence"]
        self.assertEqual((marks["marked"]["papers"], marks["others"]["papers"]), (1, 2))
        self.assertEqual(marks["marked"]["precision"]["share"], 0)

    def test_calibrates_all_scores_where_there_are_some(self):
        self.answer(scores=True)
        # 3 of 28 are right, at 25 %.
        self.assertAlmostEqual(self.figures(PAGE)["figures"]["scoreCalibration"]["ece"],
                               25 - 100 * 3 / 28, places=3)

    def test_compares_two_readings_without_a_program(self):
        os.unlink(self.program)
        second = self.write("second.tsv", "2606.01234\ttheory\n9999.00001\tnlp\n")
        result = self.figures(LABELS, "--agreement", second)
        self.assertEqual((result["papers"], result["model"]), (1, "second.tsv"))
        found = result["figures"]
        self.assertAlmostEqual(found["micro"], 100 * 2 / 3, places=3)
        self.assertEqual((found["first"]["share"], found["firstInGold"]["share"]), (0, 100))
        self.assertNotIn("calibration", found)
        self.assertEqual(self.figures(LABELS, "--agreement", LABELS)["figures"]["kappa"], 1)

    def test_writes_how_often_each_tag_was_given_and_rightly(self):
        path = self.folder / "measured.json"
        self.figures(PAGE, "--measured", str(path))
        written = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual((written["model"], written["papers"]), ("stand-in", 2))
        self.assertEqual(list(written["tags"]), list(SLUGS))
        self.assertEqual(written["tags"]["interpretability"], {"given": 2, "right": 0})
        self.assertEqual(written["tags"]["nlp"], {"given": 1, "right": 1})

    def test_prints_tables_for_people(self):
        self.answer(scores=True)
        code, out, _ = self.run_with(PAGE)
        self.assertEqual(code, 0)
        for part in ("micro F1 57.1 [", "first tag is gold's first 100.0 [34.2 – 100.0]",
                     "interpretability            0     2    0.0 [  0.0 –  65.8]",
                     "tags that are given: ECE 17.5", "all tags of all papers: ECE 14.3",
                     "missed ↓ given →", "marked as a guess 0.0"):
            self.assertIn(part, out)
        code, out, _ = self.run_with(LABELS, "--agreement", LABELS)
        self.assertIn("kappa 1.00", out)

    def test_holds_each_set_of_papers_against_its_own_floors(self):
        floors = self.write("floors.json", json.dumps(
            {"tags": {"tagged_page.jsonl": {"micro": {"least": 58}},
                      "labels.tsv": {"micro": {"least": 50}}}}))
        code, out, _ = self.run_with(PAGE, floors=floors)
        self.assertEqual(code, 1)
        self.assertIn("micro is 57.14, below 58", out)
        code, out, _ = self.run_with(LABELS, "--papers", PAPERS, floors=floors)
        self.assertEqual(code, 0)
        self.assertIn("Every floor holds.", out)
        code, out, _ = self.run_with(self.write("other.jsonl", pathlib.Path(PAGE).read_text(
            encoding="utf-8")), floors=floors)
        self.assertEqual((code, "floor" in out), (0, False))

    def test_says_in_one_line_what_it_cannot_measure(self):
        paper = '{"id": "x", "title": "T", "abstract": "A.", "tags": '
        wrong = {
            self.write("empty.jsonl", ""): "nothing in it",
            self.write("remark.tsv", "# none\n"): "nothing in it",
            self.write("text.jsonl", "words\n"): "line 1: not JSON",
            self.write("untitled.jsonl", '{"id": "x", "abstract": "A.", "tags": ["nlp"]}'):
                'line 1: no "title"',
            self.write("nameless.jsonl", '{"title": "T"}'): 'line 1: no "id"',
            self.write("untagged.jsonl", '{"id": "x", "title": "T", "abstract": "A."}'):
                'x has no "tags"',
            self.write("none.jsonl", paper + "[]}"): "line 1: no tag",
            self.write("twice.jsonl", paper + '["NLP", "nlp"]}'): "line 1: a tag twice",
            self.write("unknown.jsonl", paper + '["Alchemy"]}'): 'there is no tag "Alchemy"',
            self.write("again.jsonl", paper + '["nlp"]}\n' + paper + '["theory"]}'):
                "line 2: x a second time",
            self.write("spaces.tsv", "x nlp\n"): "line 1: no tab",
            self.write("again.tsv", "x\tnlp\nx\tnlp\n"): "line 2: x a second time",
            self.write("unread.tsv", "x\tnlp\ny\tnlp\n"): "no title and abstract of x and 1 more",
            self.write("torn.jsonl.xz", "no archive"): "cannot read",
            str(self.folder / "absent.jsonl"): "cannot read",
        }
        for file, why in wrong.items():
            code, out, err = self.run_with(file)
            self.assertEqual((code, out, err.count("\n")), (2, "", 1), file)
            self.assertIn(why, err)

    def test_says_so_when_the_program_gives_no_tags(self):
        self.write("paperwire", '#!/bin/sh\nwhile read -r line; do echo \'{"id": "p"}\'; done\n')
        code, _, err = self.run_with(PAGE)
        self.assertEqual(code, 2)
        self.assertIn("gives p no tags", err)


if __name__ == "__main__":
    unittest.main()
