"""The measures of tags against figures worked out by hand."""

import unittest

import measures
import tag_measures

SLUGS = ("a", "b", "c", "d")
GOLD = [["a", "b"], ["a"], ["b", "c"], ["c"], ["a", "b"]]
GIVEN = [["a"], ["b", "a"], ["b", "a", "c"], ["a"], ["b", "a"]]


class Figures(unittest.TestCase):
    def setUp(self):
        self.found = tag_measures.figures(SLUGS, GOLD, GIVEN)

    def test_count_pairs_of_paper_and_tag(self):
        # 6 right of 9 that are given and 8 that should be.
        self.assertAlmostEqual(self.found["precision"], 100 * 6 / 9)
        self.assertAlmostEqual(self.found["recall"], 100 * 6 / 8)
        self.assertAlmostEqual(self.found["micro"], 100 * 12 / 17)
        self.assertAlmostEqual(self.found["tagsGiven"], 9 / 5)
        self.assertAlmostEqual(self.found["tagsGold"], 8 / 5)

    def test_measure_each_tag_and_leave_one_that_nobody_has_out_of_the_mean(self):
        row = self.found["tags"]["a"]
        self.assertEqual((row["gold"], row["given"], row["right"]), (3, 5, 3))
        self.assertAlmostEqual(row["precision"], 60)
        self.assertAlmostEqual(row["recall"], 100)
        self.assertAlmostEqual(row["f1"], 75)
        self.assertAlmostEqual(self.found["tags"]["b"]["f1"], 100 * 2 / 3)
        self.assertAlmostEqual(self.found["tags"]["c"]["recall"], 50)
        self.assertAlmostEqual(self.found["macro"], (75 + 100 * 2 / 3 + 100 * 2 / 3) / 3)

    def test_count_a_tag_that_is_only_given_as_a_failure(self):
        found = tag_measures.figures(SLUGS, [["a"], ["a"]], [["a", "d"], ["a"]])
        self.assertAlmostEqual(found["macro"], 50)

    def test_look_at_the_first_tag_and_at_the_whole_set(self):
        self.assertEqual(self.found["first"]["share"], 40)
        self.assertEqual(self.found["firstInGold"]["share"], 60)
        # The order does not matter to the set.
        self.assertEqual(self.found["exact"]["share"], 20)

    def test_say_what_was_missed_where_what_was_given_wrongly(self):
        table = self.found["confusion"]
        cells = {(missed, wrong): count for missed, row in table.items()
                 for wrong, count in row.items() if count}
        self.assertEqual(cells, {("b", "none"): 1, ("none", "b"): 1, ("none", "a"): 1,
                                 ("c", "a"): 1})

    def test_know_how_far_the_micro_average_may_be_off(self):
        self.assertEqual(tag_measures.micro_interval([1] * 8, [2] * 8, [1] * 8),
                         (200 / 3, 200 / 3))
        # A tag a paper, half of them right: a share, and two standard errors to each side.
        low, high = tag_measures.micro_interval([0, 1] * 50, [1] * 100, [1] * 100)
        self.assertAlmostEqual(low, 50 - 9.8, delta=1.5)
        self.assertAlmostEqual(high, 50 + 9.8, delta=1.5)


class Agreement(unittest.TestCase):
    def test_is_what_is_more_than_chance(self):
        # Of 15 decisions 10 alike; 8 and 9 times yes.
        chance = (8 * 9 + 7 * 6) / 225
        self.assertAlmostEqual(tag_measures.kappa("abc", GOLD, GIVEN),
                               (10 / 15 - chance) / (1 - chance))
        self.assertEqual(tag_measures.kappa("abc", GOLD, GOLD), 1)


class Wilson(unittest.TestCase):
    def test_is_as_tables_have_it(self):
        for hits, low, high in ((0, 0, 27.75), (8, 49.02, 94.33), (10, 72.25, 100)):
            found = measures.wilson(hits, 10)
            self.assertAlmostEqual(found[0], low, places=2)
            self.assertAlmostEqual(found[1], high, places=2)

    def test_is_everything_where_nothing_is_known(self):
        self.assertEqual(measures.wilson(0, 0), (0, 100))


class Calibration(unittest.TestCase):
    def test_compares_confidence_with_what_was_right(self):
        found = tag_measures.calibration([0.2, 0.8] * 10, [1, 1] * 4 + [0, 1] * 4 + [0, 0] * 2)
        # Of the tags at 20 %, 4 in 10 are right; of those at 80 %, 8.
        self.assertAlmostEqual(found["ece"], (20 + 0) / 2)
        self.assertEqual([(row["tags"], round(row["confidence"]), round(row["right"]))
                          for row in found["bins"]], [(10, 20, 40), (10, 80, 80)])

    def test_makes_ten_bins_of_as_many(self):
        found = tag_measures.calibration([i / 100 for i in range(50)], [0] * 50)
        self.assertEqual([row["tags"] for row in found["bins"]], [5] * 10)
        self.assertAlmostEqual(found["ece"], 24.5)

    def test_is_the_same_in_any_order_where_confidences_are_equal(self):
        confidence = [0.5] * 7 + [0.6] * 6 + [0.9]
        first = tag_measures.calibration(confidence, [1] * 4 + [0] * 3 + [1, 0] * 3 + [1])
        second = tag_measures.calibration(confidence, [0] * 3 + [1] * 4 + [0, 1] * 3 + [1])
        self.assertEqual(first["ece"], second["ece"])
        self.assertEqual(first["bins"], second["bins"])

    def test_knows_what_chance_makes_of_few(self):
        found = tag_measures.calibration([0.5] * 100, [0, 1] * 50)
        self.assertAlmostEqual(found["ece"], 0)
        # The mean distance of a normal distribution, of a standard error of 5 points.
        self.assertAlmostEqual(found["eceByChance"], 5 * (2 / 3.14159) ** 0.5, delta=0.4)
        self.assertEqual(tag_measures.calibration([1.0] * 20, [1] * 20)["eceByChance"], 0)


class Marked(unittest.TestCase):
    def test_are_measured_beside_the_others(self):
        found = tag_measures.of_marked([True, False, False, True, False], GOLD, GIVEN)
        self.assertEqual(found["share"], 40)
        self.assertEqual(found["marked"]["papers"], 2)
        self.assertEqual(found["marked"]["precision"]["share"], 50)
        self.assertAlmostEqual(found["others"]["precision"]["share"], 100 * 5 / 7)
        self.assertAlmostEqual(found["others"]["firstInGold"]["share"], 100 * 2 / 3)


if __name__ == "__main__":
    unittest.main()
