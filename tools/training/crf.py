"""A linear-chain conditional random field with an L2 prior, fitted by L-BFGS.

Lafferty, McCallum and Pereira (2001). Sequences are padded and handled all at once. Shapes: S
sentences, F features, K roles.
"""

import numpy as np
from scipy.optimize import minimize


class Sequences:
    """Where each sequence's sentences stand in the matrix of all sentences."""

    def __init__(self, lengths):
        self.lengths = list(lengths)
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        self.index = np.full((len(self.lengths), max(self.lengths)), -1)
        for row, length in enumerate(self.lengths):
            self.index[row, :length] = np.arange(self.offsets[row], self.offsets[row + 1])
        self.mask = self.index >= 0

    def rows(self, chosen):
        return np.concatenate([np.arange(self.offsets[i], self.offsets[i + 1]) for i in chosen])


def _log_sum_exp(values, axis):
    most = values.max(axis, keepdims=True)
    return (most + np.log(np.exp(values - most).sum(axis, keepdims=True))).squeeze(axis)


def forward_backward(scores, sequences, transition, start):
    """The log of the partition functions, the marginals (padded) and the expected transitions."""
    mask = sequences.mask
    batch, length = mask.shape
    roles = scores.shape[1]
    local = np.zeros((batch, length, roles))
    local[mask] = scores
    forward = np.zeros_like(local)
    backward = np.zeros_like(local)
    forward[:, 0] = local[:, 0] + start
    for t in range(1, length):
        step = _log_sum_exp(forward[:, t - 1, :, None] + transition[None], 1) + local[:, t]
        forward[:, t] = np.where(mask[:, t, None], step, forward[:, t - 1])
    total = _log_sum_exp(forward[:, -1], 1)
    for t in range(length - 2, -1, -1):
        ahead = (local[:, t + 1] + backward[:, t + 1])[:, None, :]
        step = _log_sum_exp(transition[None] + ahead, 2)
        backward[:, t] = np.where(mask[:, t + 1, None], step, 0)
    marginals = np.exp(forward + backward - total[:, None, None])
    expected = np.zeros((roles, roles))
    for t in range(1, length):
        on = mask[:, t]
        pairs = (forward[on, t - 1, :, None] + transition[None]
                 + (local[on, t] + backward[on, t])[:, None, :] - total[on, None, None])
        expected += np.exp(pairs).sum(0)
    return total, marginals, expected


class Crf:
    def __init__(self, weights, transition, start):
        self.weights, self.transition, self.start = weights, transition, start

    def marginals(self, features, sequences):
        scores = features @ self.weights
        _, marginals, _ = forward_backward(scores, sequences, self.transition, self.start)
        return marginals[sequences.mask]


def fit(features, labels, sequences, roles, penalty, iterations=150):
    """Fits a Crf to `labels`, a distribution over the roles for each sentence (S × K)."""
    count = features.shape[1]
    wanted = np.asarray(features.T @ labels)
    wanted_start = labels[sequences.index[:, 0]].sum(0)
    wanted_pairs = np.zeros((roles, roles))
    for t in range(1, sequences.mask.shape[1]):
        on = sequences.mask[:, t]
        wanted_pairs += labels[sequences.index[on, t - 1]].T @ labels[sequences.index[on, t]]
    sizes = [count * roles, roles * roles, roles]
    strength = np.concatenate([np.full(sizes[0], penalty), np.full(sizes[1] + sizes[2], 0.1)])

    def parts(values):
        weights, transition, start = np.split(values, np.cumsum(sizes)[:-1])
        return weights.reshape(count, roles), transition.reshape(roles, roles), start

    def loss(values):
        weights, transition, start = parts(values)
        scores = features @ weights
        total, marginals, expected = forward_backward(scores, sequences, transition, start)
        score = (scores * labels).sum() + (wanted_pairs * transition).sum() + wanted_start @ start
        gradient = np.concatenate([
            (np.asarray(features.T @ marginals[sequences.mask]) - wanted).ravel(),
            (expected - wanted_pairs).ravel(),
            marginals[:, 0].sum(0) - wanted_start])
        return (total.sum() - score + 0.5 * (strength * values * values).sum(),
                gradient + strength * values)

    found = minimize(loss, np.zeros(sum(sizes)), jac=True, method="L-BFGS-B",
                     options={"maxiter": iterations, "maxcor": 8})
    return Crf(*parts(found.x))
