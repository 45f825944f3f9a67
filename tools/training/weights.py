"""Files of weights, as libs/weights/reader.h reads them."""

import struct

import numpy as np

BOUNDS = [1.0, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15]


def quantize(weights, often):
    """int8 weights and the scale of each column. A few large weights would leave the many small
    ones no digits: of some bounds, the one with the least squared error counts, each feature as
    `often` as it occurs."""
    scales = []
    for column in weights.T:
        most = max(np.abs(column).max(), 1e-12)
        errors = []
        for share in BOUNDS:
            scale = most * share / 127
            left = column - np.clip(np.round(column / scale), -127, 127) * scale
            errors.append((often * left * left).sum())
        scales.append(most * BOUNDS[int(np.argmin(errors))] / 127)
    scale = np.array(scales)
    return np.clip(np.round(weights / scale), -127, 127).astype(np.int8), scale


def write(path, mark, numbers, floats, weights, keys=()):
    with open(path, "wb") as file:
        file.write(mark)
        file.write(struct.pack(f"<{len(numbers)}I", *numbers))
        file.write(np.asarray(floats, "<f4").tobytes())
        file.write(np.asarray(keys, "<u4").tobytes())
        file.write(np.ascontiguousarray(weights, np.int8).tobytes())
