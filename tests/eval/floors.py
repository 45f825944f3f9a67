"""What the figures must not fall below."""

import json

import explained


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise explained.Unmeasured(f"cannot read the floors of {path}: {error}") from error


def figure(figures, path):
    """The figure named by "tldr.rouge1"; None: there is none."""
    for name in path.split("."):
        if not isinstance(figures, dict) or name not in figures:
            return None
        figures = figures[name]
    return figures


def broken(figures, limits):
    """One line for each limit that does not hold: limits are {"tldr.rouge1": {"least": 40}}."""
    lines = []
    for name, limit in limits.items():
        value = figure(figures, name)
        if value is None:
            lines.append(f"{name} is not among the figures")
            continue
        if "least" in limit and value < limit["least"]:
            lines.append(f"{name} is {value:.2f}, below {limit['least']}")
        if "most" in limit and value > limit["most"]:
            lines.append(f"{name} is {value:.2f}, above {limit['most']}")
    return lines
