"""Makes false texts out of true ones: one number, unit or name in each is changed.

What is true and what is false is judged here by plain string comparison, apart from the gate that
is measured: see literal() and Facts.
"""

import re

NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\d])")
NAME = re.compile(r"(?<![\w\-])[A-Za-z][\w\-]*[A-Za-z0-9](?![\w\-])")
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve"]
SPOKEN = [["zero", "no"], ["one", "first", "single", "once"],
          ["two", "second", "both", "pair", "twice", "double", "dual", "half", "binary"],
          ["three", "third", "triple", "triplet"], ["four", "fourth"], ["five", "fifth"],
          ["six", "sixth"], ["seven", "seventh"], ["eight", "eighth"], ["nine", "ninth"],
          ["ten", "tenth"], ["eleven"], ["twelve", "dozen"]]
# Words that the gate takes for no name; it says so.
GENERAL = {"AI", "API", "CPU", "DL", "DNN", "FLOP", "GPU", "GUI", "ID", "LLM", "ML", "NLP", "NN", "OOD",
           "RL", "SOTA", "URL", "USA"}
UNITS = [("ms", "s"), ("s", "ms"), ("GB", "MB"), ("MB", "GB"), ("hours", "days"),
         ("hour", "day"), ("days", "weeks"), ("minutes", "hours"), ("seconds", "minutes"),
         ("seconds", "hours"), ("years", "months"), ("months", "years"), ("FPS", "ms"),
         ("Hz", "kHz"), ("km", "m"), ("mm", "cm"), ("cm", "mm"), ("dB", "%"), ("TB", "GB"),
         ("weeks", "months"), ("bits", "bytes"), ("kHz", "Hz"), ("GHz", "MHz"), ("-bit", "-byte"),
         ("-day", "-month"), ("-year", "-month"), ("-hour", "-day"), ("-second", "-minute")]
SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "thousand": 1e3, "million": 1e6,
          "billion": 1e9, "T": 1e12, "trillion": 1e12}


def is_name(token):
    """Acronyms, CamelCase, words with digits: GRPO, PyTorch, Llama-3; not "Pruning-based"."""
    if re.fullmatch(r"[IVX]+", token) or len(token) < 3:
        return False
    return (sum(c.isupper() for c in token) >= 2 and any(c.isupper() for c in token[1:])
            and not re.fullmatch(r"(?:[A-Z]?[a-z]+-)+[A-Z]?[a-z]+", token)) or bool(
                re.fullmatch(r"[A-Z][A-Za-z]+-?\d[\w.]*", token))


def squashed(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def literal(text, source):
    """Whether every number, number word and name of `text` stands in `source` letter by letter."""
    if re.search(r"https?:|www\.|github\.|<\w+>", text):
        return False
    numbers = set(re.findall(r"\d+(?:[.,]\d+)*", source))
    if any(number not in numbers for number in re.findall(r"\d+(?:[.,]\d+)*", text)):
        return False
    words = set(re.findall(r"[a-z]+", source.lower()))
    if any(word in WORDS[2:] and word not in words for word in re.findall(r"[a-z]+", text.lower())):
        return False
    names = set(NAME.findall(source))
    if any(name not in names for name in NAME.findall(text) if is_name(name)):
        return False
    # A capital within a sentence makes a name too; case is no difference there.
    tokens = set(re.findall(r"[\w\-]+", source.lower()))
    return all(name.lower() in tokens for name in re.findall(r"(?<=[a-z,] )[A-Z][\w\-]*\w", text))


class Facts:
    """The numbers and letters of a source, as far as a false text must not hit them by chance."""

    def __init__(self, source):
        self.source = source
        self.squashed = squashed(source)
        self.values = set()
        for match in re.finditer(r"\d+(?:,\d{3})*(?:\.\d+)?", source):
            value = float(match.group().replace(",", ""))
            after = re.match(r"[\s\-]?([A-Za-z]+)", source[match.end():])
            scale = SCALES.get(after.group(1), 1) if after else 1
            self.values |= {value, value * scale, value / 100, value * 100}
        for match in re.finditer(r"10\s*\^\s*\{?(-?\d+)", source):
            self.values.add(10.0 ** int(match.group(1)))
        for value, words in enumerate(SPOKEN):
            if re.search(rf"\b(?:{'|'.join(words)})\b", source, re.IGNORECASE):
                self.values.add(float(value))

    def may_hold(self, number):
        """Whether `number` is, or rounds, a number of the source."""
        value = float(number.replace(",", ""))
        places = len(number.partition(".")[2])
        return any(abs(value - known) <= 0.5 * 10 ** -places + 1e-9 for known in self.values)

    def may_name(self, name):
        return squashed(name) in self.squashed


def replaced(text, match, by):
    return text[:match.start()] + by + text[match.end():]


def pick(generator, items):
    items = list(items)
    return generator.choice(items) if items else None


def numbers(text):
    return [m for m in NUMBER.finditer(text) if not re.match(r"\)", text[m.end():])]


def changed_digit(generator, text, facts, _):
    match = pick(generator, numbers(text))
    if not match:
        return None
    digits = list(match.group())
    at = generator.choice([i for i, c in enumerate(digits) if c.isdigit()])
    digits[at] = generator.choice([d for d in "123456789" if d != digits[at]])
    new = "".join(digits)
    return None if facts.may_hold(new) else (replaced(text, match, new), match.group(), new)


def changed_magnitude(generator, text, facts, _):
    match = pick(generator, [m for m in numbers(text) if "," not in m.group()])
    if not match or float(match.group()) == 0:
        return None
    old = match.group()
    whole, _, part = old.partition(".")
    if part and generator.random() < 0.5:
        new = (whole + part[0] + ("." + part[1:] if part[1:] else "")).lstrip("0") or "0"
    elif part:
        new = (whole[:-1] or "0") + "." + whole[-1] + part
    else:
        new = whole + "0"
    return None if facts.may_hold(new) else (replaced(text, match, new), old, new)


def changed_sign(generator, text, facts, _):
    """12% becomes 12x, 12x becomes 12%."""
    found = list(re.finditer(r"(\d[\d.,]*)(?: ?(%)|([x×])(?![\w]))", text))
    match = pick(generator, found)
    if not match:
        return None
    number, percent, _ = match.groups()
    new = number + ("x" if percent else "%")
    source = facts.source.replace("$", "")
    signs = [r"\s*\\?%", r"\s*(?:x\b|×|\\times|-?fold|times)"]
    if not percent:
        signs.reverse()
    # The source must say the unit too: a card may leave one out.
    if not re.search(rf"(?<![\d.]){re.escape(number)}{signs[0]}", source):
        return None
    if re.search(re.escape(number) + signs[1], source):
        return None
    return replaced(text, match, new), match.group(), new


def changed_unit(generator, text, facts, _):
    found = []
    for old, new in UNITS:
        for match in re.finditer(rf"(\d[\d.,]*)(\s?)({re.escape(old)})(?![\w])", text):
            # The source must say the unit too: a card may leave one out.
            number = re.escape(match.group(1))
            if re.search(rf"{number}[\s~$\\,]*-?{re.escape(old.strip('-'))}", facts.source):
                found.append((match, new))
    if not found:
        return None
    match, unit = generator.choice(found)
    new = match.group(1) + match.group(2) + unit
    if re.search(rf"{re.escape(match.group(1))}[\s~$\\]*-?{re.escape(unit.strip('-'))}(?!\w)",
                 facts.source):
        return None
    return replaced(text, match, new), match.group(), new


def wrong_rounding(generator, text, facts, _):
    """93.46 becomes 93.4, 93.42 becomes 93.5."""
    match = pick(generator, [m for m in numbers(text) if re.search(r"\.\d+$", m.group())])
    if not match:
        return None
    old = match.group().replace(",", "")
    places = len(old.partition(".")[2]) - 1
    right = f"{float(old):.{places}f}"
    step = 10 ** -places
    new = f"{float(right) + (step if float(right) < float(old) else -step):.{places}f}"
    if float(new) <= 0 or facts.may_hold(new):
        return None
    return replaced(text, match, new), match.group(), new


def invented_number(generator, text, facts, _):
    new = f"{generator.randint(3, 97)}.{generator.randint(1, 9)}%"
    stops = list(re.finditer(r"(?<=[a-z])\.(?= |$)", text))
    match = pick(generator, stops)
    if not match or facts.may_hold(new[:-1]):
        return None
    return replaced(text, match, f" by {new}."), "", new


def changed_word(generator, text, facts, _):
    found = [m for m in re.finditer(r"\b[A-Za-z]+\b", text) if m.group().lower() in WORDS[2:]]
    match = pick(generator, found)
    if not match:
        return None
    value = generator.randint(3, 12)
    if facts.may_hold(str(value)):
        return None
    new = WORDS[value]
    return replaced(text, match, new), match.group(), new


def names(text):
    return [m for m in NAME.finditer(text) if is_name(m.group())]


def other_name(generator, text, facts, pool):
    match = pick(generator, names(text))
    new = generator.choice(pool)
    if not match or facts.may_name(new) or new.rstrip("s") in GENERAL:
        return None
    return replaced(text, match, new), match.group(), new


def changed_acronym(generator, text, facts, _):
    match = pick(generator, [m for m in names(text) if re.fullmatch(r"[A-Z]{3,6}", m.group())])
    if not match:
        return None
    letters = list(match.group())
    at = generator.randrange(len(letters))
    letters[at] = generator.choice([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c != letters[at]])
    new = "".join(letters)
    return None if facts.may_name(new) else (replaced(text, match, new), match.group(), new)


def changed_version(generator, text, facts, _):
    """GPT-4 becomes GPT-7."""
    match = pick(generator, [m for m in names(text) if re.search(r"\d", m.group())])
    if not match:
        return None
    digits = [i for i, c in enumerate(match.group()) if c.isdigit()]
    at = generator.choice(digits)
    letters = list(match.group())
    letters[at] = generator.choice([d for d in "123456789" if d != letters[at]])
    new = "".join(letters)
    return None if facts.may_name(new) else (replaced(text, match, new), match.group(), new)


def swapped_numbers(generator, text, facts, _):
    """A number of the source in the place of another: true to the letter, and false."""
    match = pick(generator, [m for m in numbers(text) if "." in m.group()])
    others = [n for n in re.findall(r"\d+\.\d+", facts.source)]
    if not match or not others:
        return None
    new = generator.choice(others)
    if new == match.group() or new in text:
        return None
    return replaced(text, match, new), match.group(), new


ALTERATIONS = {
    "digit": changed_digit,
    "magnitude": changed_magnitude,
    "% for x": changed_sign,
    "unit": changed_unit,
    "wrong rounding": wrong_rounding,
    "invented number": invented_number,
    "number word": changed_word,
    "other name": other_name,
    "acronym": changed_acronym,
    "version": changed_version,
}
