"""The evaluations on fixtures, with a stand-in for the program."""

import json
import pathlib
import unittest

import sections
from stand_in import StandInCase

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"

# Knows one role a word; takes the second sentence for a tldr, or the only one. Its cards of abstracts
# say much twice.
STAND_IN = """#!{python}
import json, sys
ROLES = {{"costly": "background", "matter": "background", "aim": "method", "prune": "method",
          "helps": "result"}}
assert sys.argv[1:] == ["explain", "--from", "-", "--format", "json"], sys.argv
for line in sys.stdin:
    paper = json.loads(line)
    texts = paper.get("sentences") or paper["abstract"].split(". ")
    sentences = [{{"text": text, "role": next((role for word, role in ROLES.items()
                                              if word in text), "other")}} for text in texts]
    tldr = texts[1] if len(texts) > 1 else texts[0]
    card = {{"tldr": tldr.replace("We", "They")}}
    if "abstract" in paper:
        card = {{"tldr": texts[0], "highlights": [texts[0], texts[1], texts[1] + "!"],
                "summary": texts[0] + ". " + texts[1], "methodology": texts[1] + ".",
                "results": texts[2] + " " + texts[1]}}
    print(json.dumps({{"id": paper.get("id", ""), "model": "stand-in", "sentences": sentences,
                      "tldrAsWritten": tldr, "tldrUnbounded": tldr, "summary": card}}))
"""


class Evaluate(StandInCase):
    def setUp(self):
        super().setUp()
        self.stand_in(STAND_IN)

    def figures(self, *arguments):
        code, out, err = self.run_with(*arguments, "--json")
        self.assertEqual((code, err, out.count("\n")), (0, "", 1))
        return json.loads(out)

    def test_scores_a_tldr_as_written_and_as_printed(self):
        result = self.figures("scitldr", str(FIXTURES / "scitldr.jsonl"))
        self.assertEqual((result["papers"], result["model"]), (2, "stand-in"))
        written = result["figures"]["tldrAsWritten"]
        # p1: "We propose a gate that prunes itself." has all 5 words of its first reference, as 7;
        # p2: "Seeds are sorted." has one word of 3 in common.
        self.assertAlmostEqual(written["rouge1"], (100 * 10 / 12 + 100 * 2 / 6) / 2, places=3)
        # 4 of 4 pairs, as 6; none.
        self.assertAlmostEqual(written["rouge2"], (100 * 8 / 10 + 0) / 2, places=3)
        self.assertAlmostEqual(written["words"], 5)
        self.assertEqual((written["empty"], written["title"]), (0, 0))
        self.assertEqual(result["figures"]["title"]["title"], 100)
        self.assertEqual(result["figures"]["firstSentence"]["title"], 50)

    def test_scores_roles_by_label_and_says_what_is_taken_for_what(self):
        found = self.figures("roles", str(FIXTURES / "csabstruct.jsonl"))["figures"]
        # Right but for the objective, which is called a method.
        self.assertAlmostEqual(found["micro"], 100 * 5 / 6, places=3)
        self.assertAlmostEqual(found["macro"], (100 + 0 + 100 * 2 / 3 + 100 + 100) / 5, places=3)
        self.assertEqual(found["confusion"]["objective"]["method"], 1)
        self.assertEqual(found["labels"]["result"]["recall"], 100)

    def test_scores_each_part_against_the_reference_and_counts_what_is_said_twice(self):
        figures = self.figures("sections", str(FIXTURES / "reference_page.jsonl"))["figures"]
        # "We prune them by a rule that needs no data" and "The authors prune gates by a rule" share
        # 4 of 10 and 7 words, 2 of 9 and 6 pairs.
        self.assertAlmostEqual(figures["methodology"]["rouge1"], 100 * 8 / 17, places=3)
        self.assertAlmostEqual(figures["methodology"]["rouge2"], 100 * 4 / 15, places=3)
        self.assertAlmostEqual(figures["methodology"]["rougeL"], 100 * 8 / 17, places=3)
        self.assertEqual((figures["methodology"]["words"],
                          figures["methodology"]["referenceWords"]), (10, 7))
        self.assertEqual((figures["implications"]["rouge1"], figures["implications"]["notStated"],
                          figures["implications"]["statedRouge1"]), (0, 100, 0))
        # 3 words of 8 and 3; "a", "rule", "prune(s)" and "data" of 10 and 6, twice; "It helps" has
        # "it helps" in nothing of ours.
        best = figures["highlightByHighlight"]
        self.assertAlmostEqual(best["ours"], 100 * (6 / 11 + 8 / 16 + 8 / 16) / 3, places=3)
        self.assertAlmostEqual(best["reference"], 100 * (6 / 11 + 8 / 16 + 0) / 3, places=3)
        self.assertEqual(figures["copies"], {"betweenSections": 1, "highlightIsTldr": 1,
                                             "highlightTwice": 1, "sectionInSummary": 2,
                                             "sectionSentences": 3})

    def test_calls_a_text_a_copy_when_it_stands_whole_in_another(self):
        long = "The authors prune gates by a rule, and it works."
        self.assertTrue(sections.is_copy("the authors prune gates by a rule", long))
        self.assertFalse(sections.is_copy("and it works", long))
        self.assertFalse(sections.is_copy("authors prune gates by the rule and", long))
        self.assertFalse(sections.is_copy("", ""))
        self.assertTrue(sections.is_copy("It works.", "it works"))

    def test_prints_a_table_for_people(self):
        code, out, _ = self.run_with("roles", str(FIXTURES / "csabstruct.jsonl"))
        self.assertEqual(code, 0)
        self.assertIn("micro 83.33", out)
        code, out, _ = self.run_with("scitldr", str(FIXTURES / "scitldr.jsonl"))
        self.assertIn("tldr as printed", out)
        code, out, _ = self.run_with("sections", str(FIXTURES / "reference_page.jsonl"))
        self.assertIn("1 sentences in two of methodology", out)

    def test_fails_below_a_floor_and_above_a_ceiling_and_names_the_figure(self):
        floors = self.write("floors.json", json.dumps(
            {"roles": {"micro": {"least": 83}, "macro": {"least": 80},
                       "labels.method.f1": {"most": 50}, "rouge9": {"least": 1}}}))
        code, out, _ = self.run_with("roles", str(FIXTURES / "csabstruct.jsonl"), floors=floors)
        self.assertEqual(code, 1)
        self.assertIn("macro is 73.33, below 80", out)
        self.assertIn("labels.method.f1 is 66.67, above 50", out)
        self.assertIn("rouge9 is not among the figures", out)
        self.assertNotIn("micro is", out)

    def test_says_in_one_line_what_it_cannot_measure(self):
        wrong = {
            self.write("empty.jsonl", ""): "nothing in it",
            self.write("text.jsonl", '{"sentences": [], "labels": []}\nwords\n'):
                "line 2: not JSON",
            self.write("other.jsonl", '{"sentences": ["A."]}\n'): 'line 1: no "labels"',
            self.write("label.jsonl", '{"sentences": ["A."], "labels": ["aim"]}\n'): "abstract 1",
            str(self.folder / "absent.jsonl"): "cannot read",
        }
        for file, why in wrong.items():
            code, out, err = self.run_with("roles", file)
            self.assertEqual((code, out, err.count("\n")), (2, "", 1), file)
            self.assertIn(why, err)

    def test_says_so_when_the_program_loses_papers_or_fails(self):
        file = str(FIXTURES / "csabstruct.jsonl")
        for text, why in (("#!/bin/sh\nexit 0\n", "2 papers went in, 0 came out"),
                          ("#!/bin/sh\necho no >&2; exit 65\n", "ended with 65: no")):
            self.write("paperwire", text)
            code, _, err = self.run_with("roles", file)
            self.assertEqual(code, 2)
            self.assertIn(why, err)


if __name__ == "__main__":
    unittest.main()
