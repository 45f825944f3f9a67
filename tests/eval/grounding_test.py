"""The judge and the generator of the gate's evaluation, on cases worked out by hand."""

import contextlib
import io
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest

import alterations
import grounding

SOURCE = "We train FooNet-2 with GRPX for 12 hours on three sets. It wins by 4.56% over 7 runs."

# Refuses every number that is not in the source letter by letter, and calls 99 arithmetic.
STAND_IN = """#!{python}
import json, re, sys
assert sys.argv[1:] == ["ground"], sys.argv
for line in sys.stdin:
    asked = json.loads(line)
    items = [{{"kind": "derived" if n == "99" else "number", "text": n}}
             for n in re.findall(r"[0-9]+(?:[.][0-9]+)?", asked["text"])
             if n not in re.findall(r"[0-9]+(?:[.][0-9]+)?", asked["source"])]
    print(json.dumps({{"verdict": {{"items": items}}}}))
"""


class Judge(unittest.TestCase):
    def test_takes_only_what_stands_there_letter_by_letter(self):
        for text in ("It wins by 4.56%.", "FooNet-2 is trained with GRPX", "On three sets.",
                     "Training takes long."):
            self.assertTrue(alterations.literal(text, SOURCE), text)
        for text in ("It wins by 4.6%.", "On two sets.", "FooNet-3 wins", "GRPO wins", "trained on Wikipedia",
                     "See https://x.example/4.56"):
            self.assertFalse(alterations.literal(text, SOURCE), text)

    def test_knows_what_a_false_text_may_not_hit(self):
        facts = alterations.Facts(SOURCE)
        for number in ("12", "3", "4.6", "5", "7"):
            self.assertTrue(facts.may_hold(number), number)
        for number in ("13", "4.7", "45.6", "8"):
            self.assertFalse(facts.may_hold(number), number)
        self.assertTrue(facts.may_name("foonet2"))
        self.assertFalse(facts.may_name("GRPO"))

    def test_names_are_no_ordinary_words(self):
        for name in ("GRPX", "FooNet-2", "Llama-3", "PyTorch", "mT5-XL"):
            self.assertTrue(alterations.is_name(name), name)
        for word in ("Pruning", "Pruning-based", "III", "data"):
            self.assertFalse(alterations.is_name(word), word)


class Generator(unittest.TestCase):
    def test_changes_one_thing_to_what_the_source_has_not(self):
        facts = alterations.Facts(SOURCE)
        for kind, change in alterations.ALTERATIONS.items():
            results = [change(random.Random(seed), SOURCE, facts, ["BarNet"])
                       for seed in range(200)]
            results = [result for result in results if result]
            self.assertTrue(results, kind)
            for text, old, new in results:
                self.assertNotEqual(text, SOURCE, kind)
                self.assertIsNone(re.search(rf"(?<![\w.]){re.escape(new)}(?![\w.])", SOURCE), kind)
                self.assertIn(new.strip(), text, kind)
                self.assertIn(old, SOURCE, kind)

    def test_rounds_the_wrong_way(self):
        result = alterations.wrong_rounding(random.Random(1), "by 4.56%", alterations.Facts("4.56"),
                                            [])
        self.assertEqual(result, ("by 4.5%", "4.56", "4.5"))


class Evaluation(unittest.TestCase):
    def run_with(self, papers, *options):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "paperwire"
            program.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
            os.chmod(program, 0o755)
            data = pathlib.Path(folder) / "papers.jsonl"
            data.write_text("".join(json.dumps(paper) + "\n" for paper in papers),
                            encoding="utf-8")
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                code = grounding.main([str(data), "--program", str(program), "--half", "both",
                                       *options])
            return code, out.getvalue()

    PAPERS = [{"id": str(i), "title": "FooNet", "abstract": f"It wins by {i}.5% with FooNet.",
               "AI": {"result": f"FooNet wins by {i}.5%.", "method": "It loses 77 times."}}
              for i in range(20, 60)]

    def test_counts_what_is_found_and_what_is_refused(self):
        code, out = self.run_with(self.PAPERS, "--json", "--floors", "none")
        figures = json.loads(out)["figures"]
        self.assertEqual(code, 0)
        self.assertEqual(figures["kinds"]["digit"]["recall"], 100)
        # The stand-in knows nothing of units and names.
        self.assertEqual(figures["kinds"]["% for x"]["recall"], 0)
        self.assertEqual(figures["untouched"], 40)
        self.assertEqual(figures["falseAlarms"], 0)
        self.assertEqual(figures["asTheyCome"], 80)
        self.assertEqual(figures["refusedAsTheyCome"], 50)

    def test_is_the_same_every_time(self):
        self.assertEqual(self.run_with(self.PAPERS, "--floors", "none"),
                         self.run_with(self.PAPERS, "--floors", "none"))

    def test_a_figure_below_its_floor_is_an_exit_code(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as limits:
            json.dump({"grounding": {"recall": {"least": 99}}}, limits)
            limits.flush()
            code, out = self.run_with(self.PAPERS, "--floors", limits.name)
        self.assertEqual(code, 1)
        self.assertIn("below 99", out)

    def test_reads_out_what_is_refused(self):
        _, out = self.run_with(self.PAPERS, "--read", "3", "--floors", "none")
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([line["item"] for line in lines], ["77", "77", "77"])


if __name__ == "__main__":
    unittest.main()
