"""Each part of the card against reference cards of the same papers."""

import re

import explained
import measures

SECTIONS = ("methodology", "results", "implications")
TEXTS = ("summary", *SECTIONS)
PROTOCOL = ("ROUGE F1 with stemming of each part as printed against the reference's, RL over the "
            "whole text; a part that is not stated scores 0, \"stated R1\" leaves it out; "
            "highlights: all as one text, and each with the one that is most like it")
# Words that two texts must share in a row before one is a copy of the other.
COPIED_WORDS = 6


def sentences(text):
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z\d$(“\"])", text) if part]


def is_copy(first, second):
    """Whether one of the texts stands in the other, word by word."""
    def plain(text):
        return re.findall(r"\w+", text.lower())
    short, long = sorted((plain(first), plain(second)), key=len)
    if len(short) < COPIED_WORDS:
        return bool(short) and short == long
    return f" {' '.join(short)} " in f" {' '.join(long)} "


def score(texts, references):
    """The figures of one part over all cards."""
    scores = [measures.rouge(reference, text) for text, reference in zip(texts, references)]
    first = [one for one, _, _ in scores]
    stated = [one for one, text in zip(first, texts) if text]
    return {
        "rouge1": measures.mean(first),
        "rouge2": measures.mean([two for _, two, _ in scores]),
        "rougeL": measures.mean([longest for _, _, longest in scores]),
        "interval": measures.interval(first),
        "statedRouge1": measures.mean(stated),
        "notStated": 100 * measures.mean([not text for text in texts]),
        "words": measures.mean([measures.words(text) for text in texts]),
        "referenceWords": measures.mean([measures.words(text) for text in references]),
    }


def best_matches(texts, others):
    """R1 of each text with the one of `others` that is most like it; no others: 0."""
    return [max((measures.rouge(other, text)[0] for other in others), default=0.0)
            for text in texts]


def copies(card):
    """What stands twice on one card, by kind: how often."""
    parts = [sentences(card.get(name, "")) for name in SECTIONS]
    highlights = card.get("highlights", [])
    pairs = [(first, second) for i, part in enumerate(parts) for other in parts[i + 1:]
             for first in part for second in other]
    told = [sentence for part in parts for sentence in part]
    summary = sentences(card.get("summary", ""))
    return {
        "betweenSections": sum(is_copy(first, second) for first, second in pairs),
        "highlightIsTldr": sum(is_copy(line, card.get("tldr", "")) for line in highlights),
        "highlightTwice": sum(is_copy(first, second) for i, first in enumerate(highlights)
                              for second in highlights[i + 1:]),
        "sectionInSummary": sum(any(is_copy(sentence, other) for other in summary)
                                for sentence in told),
        "sectionSentences": len(told),
    }


def measure(path, program):
    rows = explained.read_json_lines(path, ["title", "abstract", "highlights", *TEXTS])
    answers = explained.explain(program, [
        {"id": row.get("arxiv_id", ""), "title": row["title"], "abstract": row["abstract"]}
        for row in rows])
    cards = [answer["summary"] for answer in answers]
    figures = {name: score([card.get(name, "") for card in cards], [row[name] for row in rows])
               for name in TEXTS}
    ours = [card.get("highlights", []) for card in cards]
    theirs = [row["highlights"] for row in rows]
    figures["highlights"] = score([" ".join(lines) for lines in ours],
                                  [" ".join(lines) for lines in theirs])
    figures["highlightByHighlight"] = {
        "ours": measures.mean([one for mine, other in zip(ours, theirs)
                               for one in best_matches(mine, other)]),
        "reference": measures.mean([one for mine, other in zip(ours, theirs)
                                    for one in best_matches(other, mine)]),
        "count": measures.mean([len(lines) for lines in ours]),
        "referenceCount": measures.mean([len(lines) for lines in theirs]),
    }
    found = [copies(card) for card in cards]
    figures["copies"] = {name: sum(card[name] for card in found) for name in found[0]}
    return {"papers": len(rows), "model": answers[0]["model"], "protocol": PROTOCOL,
            "figures": figures}


def table(result):
    figures = result["figures"]
    lines = [f"{'':13}     R1  95 % of R1       R2     RL  words  reference  not stated  stated R1"]
    for name in (*TEXTS, "highlights"):
        row = figures[name]
        low, high = row["interval"]
        lines.append(f"{name:13} {row['rouge1']:6.2f}  {low:5.1f} – {high:4.1f}  "
                     f"{row['rouge2']:6.2f} {row['rougeL']:6.2f} {row['words']:6.1f} "
                     f"{row['referenceWords']:10.1f} {row['notStated']:10.1f}% "
                     f"{row['statedRouge1']:10.2f}")
    best, twice = figures["highlightByHighlight"], figures["copies"]
    return lines + [
        "",
        f"highlights one by one: R1 {best['ours']:.2f} of ours with their nearest, "
        f"{best['reference']:.2f} of the reference's with theirs; {best['count']:.1f} a card, "
        f"the reference has {best['referenceCount']:.1f}",
        f"said twice: {twice['betweenSections']} sentences in two of {', '.join(SECTIONS)}; "
        f"{twice['highlightIsTldr']} highlights that are the tldr; "
        f"{twice['highlightTwice']} pairs of highlights; {twice['sectionInSummary']} of "
        f"{twice['sectionSentences']} sentences of sections stand in the summary too"]
