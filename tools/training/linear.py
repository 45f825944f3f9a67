"""Linear scorers of candidates, fitted by L-BFGS with an L2 penalty."""

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

# The mean of the words' weights counts this much against the sum of the marks'.
WORDS = 5.0
PENALTY_MEASURES = 0.1
PENALTY_WORDS = 2.0
# Pulls towards a prior, where there is one.
PENALTY_PRIOR = 3.0
ITERATIONS = 80
PENALTY_RIDGE = 300
# Measures are few and small beside the words: this keeps the ridge from holding them down.
MEASURES = 3.0


def hashed(candidates):
    return (candidates.words * WORDS + candidates.marks).tocsr()


class Scorer:
    """`measures` (M) and `weights` (2^bits)."""

    def __init__(self, values, count):
        self.measures, self.weights = values[:count], values[count:]

    def score(self, measures, words):
        return measures @ self.measures + words @ self.weights

    def plus(self, other, times=1.0):
        return Scorer(np.concatenate([self.measures + times * other.measures,
                                      self.weights + times * other.weights]), len(self.measures))


def _minimize(loss, start):
    done = minimize(loss, start, jac=True, method="L-BFGS-B",
                    options={"maxiter": ITERATIONS, "maxcor": 8})
    return done.x


def _penalize(values, count, prior=None):
    if prior is not None:
        away = values - prior
        return 0.5 * PENALTY_PRIOR * away @ away, PENALTY_PRIOR * away
    strength = np.full(len(values), PENALTY_WORDS)
    strength[:count] = PENALTY_MEASURES
    return 0.5 * (strength * values * values).sum(), strength * values


def fit_reward(measures, words, reward):
    """Ridge regression on the reward."""
    everything = sparse.hstack([sparse.csr_matrix(measures * MEASURES), words]).tocsr()
    values = Ridge(alpha=PENALTY_RIDGE, solver="lsqr", tol=1e-5).fit(everything, reward).coef_
    count = measures.shape[1]
    return Scorer(np.concatenate([values[:count] * MEASURES, values[count:]]), count)


def fit_choice(measures, words, paper, reward, prior=None, temperature=0.1):
    """Maximizes the expected reward of the candidate that a softmax over each paper's candidates
    chooses. `paper` is ascending. With `prior` the weights stay near that scorer's."""
    count = measures.shape[1]
    center = None if prior is None else np.concatenate([prior.measures, prior.weights])
    start = np.zeros(count + words.shape[1]) if center is None else center
    starts = np.flatnonzero(np.r_[True, paper[1:] != paper[:-1]])
    group = np.cumsum(np.r_[False, paper[1:] != paper[:-1]])
    across = words.T.tocsr()

    def loss(values):
        scores = measures @ values[:count] + words @ values[count:]
        scores = scores - np.maximum.reduceat(scores, starts)[group]
        chance = np.exp(scores)
        chance /= np.add.reduceat(chance, starts)[group]
        expected = np.add.reduceat(chance * reward, starts)
        slope = -chance * (reward - expected[group]) / temperature
        cost, pull = _penalize(values, count, center)
        return (cost - expected.sum() / temperature,
                np.concatenate([measures.T @ slope, across @ slope]) + pull)

    return Scorer(_minimize(loss, start), count)


def fit_membership(measures, words, wanted, weight):
    """Logistic regression on `wanted` (0–1), each row with its weight: scores are log-odds."""
    count = measures.shape[1]
    across = words.T.tocsr()

    def loss(values):
        scores = measures @ values[:count] + words @ values[count:]
        chance = 1 / (1 + np.exp(-scores))
        slope = weight * (chance - wanted)
        cost, pull = _penalize(values, count)
        total = weight * (np.logaddexp(0, scores) - wanted * scores)
        return cost + total.sum(), np.concatenate([measures.T @ slope, across @ slope]) + pull

    return Scorer(_minimize(loss, np.zeros(count + words.shape[1])), count)
