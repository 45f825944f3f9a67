"""ROUGE, F1 and the interval against figures worked out by hand."""

import unittest

import measures


class Rouge(unittest.TestCase):
    def test_counts_stemmed_words_pairs_and_the_longest_common_sequence(self):
        # the(2) cat(s) sat on mat: 6 words, 5 pairs; all 3 words and both pairs of the text hit.
        one, two, longest = measures.rouge("The cats sat on the mat.", "the cat sat")
        self.assertAlmostEqual(one, 100 * 2 * (3 / 3) * (3 / 6) / (3 / 3 + 3 / 6))
        self.assertAlmostEqual(two, 100 * 2 * (2 / 2) * (2 / 5) / (2 / 2 + 2 / 5))
        self.assertAlmostEqual(longest, one)

    def test_counts_a_repeated_word_no_oftener_than_the_reference_has_it(self):
        one, two, _ = measures.rouge("gates prune gates", "gates gates gates gates")
        self.assertAlmostEqual(one, 100 * 2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3))
        self.assertEqual(two, 0)

    def test_takes_the_longest_sequence_with_gaps_but_in_order(self):
        _, _, longest = measures.rouge("alpha beta gamma delta", "alpha delta beta gamma")
        self.assertAlmostEqual(longest, 75)

    def test_is_nothing_for_an_empty_text(self):
        self.assertEqual(measures.rouge("alpha beta", ""), (0, 0, 0))

    def test_takes_all_three_from_the_reference_of_best_r1(self):
        scores = measures.rouge_of_best(["alpha beta gamma", "delta gamma beta alpha"],
                                        "alpha beta gamma delta")
        self.assertEqual(scores, (100, 0, 25))


class Classes(unittest.TestCase):
    def test_are_measured_one_by_one(self):
        true = ["a", "a", "a", "b", "b", "c"]
        said = ["a", "a", "b", "b", "a", "b"]
        figures = measures.classes(("a", "b", "c"), true, said)
        self.assertEqual([round(value, 2) for value in figures["a"]], [66.67, 66.67, 66.67, 3])
        self.assertEqual([round(value, 2) for value in figures["b"]], [33.33, 50, 40, 2])
        self.assertEqual(figures["c"], (0, 0, 0, 1))
        self.assertEqual(measures.accuracy(true, said), 50)


class Interval(unittest.TestCase):
    def test_has_no_width_where_all_are_equal(self):
        self.assertEqual(measures.interval([40.0] * 10), (40, 40))

    def test_is_two_standard_errors_to_each_side_and_always_the_same(self):
        values = [0.0, 100.0] * 50
        low, high = measures.interval(values)
        self.assertAlmostEqual(low, 50 - 9.8, delta=1.5)
        self.assertAlmostEqual(high, 50 + 9.8, delta=1.5)
        self.assertEqual((low, high), measures.interval(values))


if __name__ == "__main__":
    unittest.main()
