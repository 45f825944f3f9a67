"""The tldr against the one-sentence references of SciTLDR-A."""

import explained
import measures

PROTOCOL = ("best scored: what the model ranks first, of any length; as written: what the card "
            "takes of it, 30 words at most and able to stand alone, in the abstract's words; as "
            "printed: in the third person; ROUGE F1 with stemming; of several references the one with the best R1, and its R2 "
            "and RL; abstracts split as the data has them")


def same(first, second):
    def plain(text):
        return "".join(c for c in text.lower() if c.isalnum())
    return plain(first) == plain(second)


def score(rows, texts):
    """The figures of one text a row."""
    scores = [measures.rouge_of_best(row["target"], text) for row, text in zip(rows, texts)]
    first = [score[0] for score in scores]
    return {
        "rouge1": measures.mean(first),
        "rouge2": measures.mean([score[1] for score in scores]),
        "rougeL": measures.mean([score[2] for score in scores]),
        "interval": measures.interval(first),
        "words": measures.mean([measures.words(text) for text in texts]),
        "empty": 100 * measures.mean([not text.strip() for text in texts]),
        "title": 100 * measures.mean([same(text, row["title"])
                                      for row, text in zip(rows, texts)]),
    }


def measure(path, program):
    rows = explained.read_json_lines(path, ["source", "title", "target"])
    answers = explained.explain(program, [
        {"id": str(row.get("paper_id", "")), "title": row["title"], "sentences": row["source"]}
        for row in rows])
    figures = {
        "unbounded": score(rows, [answer["tldrUnbounded"] for answer in answers]),
        "tldrAsWritten": score(rows, [answer["tldrAsWritten"] for answer in answers]),
        "tldr": score(rows, [answer["summary"].get("tldr", "") for answer in answers]),
        # To read the others by.
        "title": score(rows, [row["title"] for row in rows]),
        "firstSentence": score(rows, [row["source"][0] if row["source"] else ""
                                      for row in rows]),
    }
    return {"papers": len(rows), "model": answers[0]["model"], "protocol": PROTOCOL,
            "figures": figures}


def table(result):
    names = {"unbounded": "best scored",
             "tldrAsWritten": "tldr as written", "tldr": "tldr as printed", "title": "the title",
             "firstSentence": "first sentence"}
    lines = [f"{'':16}     R1  95 % of R1       R2     RL  words  empty  is title"]
    for key, name in names.items():
        row = result["figures"][key]
        low, high = row["interval"]
        lines.append(f"{name:16} {row['rouge1']:6.2f}  {low:5.1f} – {high:4.1f}  "
                     f"{row['rouge2']:6.2f} {row['rougeL']:6.2f} {row['words']:6.1f} "
                     f"{row['empty']:5.1f}% {row['title']:8.1f}%")
    return lines
