"""Papers with the tags that they should have."""

import json
import lzma
import pathlib

import explained

_CATALOGUE = json.loads((pathlib.Path(__file__).resolve().parents[2] / "libs" / "tags" /
                         "catalogue.json").read_text(encoding="utf-8"))
# In the catalogue's order.
SLUGS = tuple(tag["slug"] for tag in _CATALOGUE["tags"])
_BY_WORD = {word.lower(): tag["slug"] for tag in _CATALOGUE["tags"]
            for word in (tag["slug"], tag["name"])}


def read_lines(path):
    """The lines of a file that are not empty, with their numbers."""
    opened = lzma.open if str(path).endswith(".xz") else open
    try:
        with opened(path, "rt", encoding="utf-8") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError) as error:
        raise explained.Unmeasured(
            f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def slugs_of(tags, where):
    """Slugs or names as slugs, in their order."""
    slugs = [_BY_WORD.get(str(tag).strip().lower()) for tag in tags]
    unknown = [tag for tag, slug in zip(tags, slugs) if slug is None]
    if unknown:
        raise explained.Unmeasured(f"{where}: there is no tag \"{unknown[0]}\"")
    if not slugs or len(set(slugs)) != len(slugs):
        raise explained.Unmeasured(f"{where}: {'a tag twice' if slugs else 'no tag'}")
    return slugs


def read_papers(path, wanted=None):
    """{id: paper} of JSON lines with id (or arxiv_id), title, abstract and, where they are there,
    categories and tags; only those whose id is in `wanted`."""
    papers = {}
    for number, line in read_lines(path):
        where = f"{path}: line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise explained.Unmeasured(f"{where}: not JSON") from error
        identity = isinstance(row, dict) and (row.get("id") or row.get("arxiv_id"))
        if not isinstance(identity, str):
            raise explained.Unmeasured(f"{where}: no \"id\"")
        if wanted is not None and identity not in wanted:
            continue
        for field in ("title", "abstract"):
            if not isinstance(row.get(field), str):
                raise explained.Unmeasured(f"{where}: no \"{field}\"")
        paper = {"id": identity, "title": row["title"], "abstract": row["abstract"],
                 "categories": row.get("categories", [])}
        if isinstance(row.get("tags"), list):
            paper["tags"] = slugs_of(row["tags"], where)
        if papers.setdefault(identity, paper) != paper:
            raise explained.Unmeasured(f"{where}: {identity} a second time, and not the same")
    return papers


def read_labels(path):
    """{id: slugs} of lines "id, tab, slugs by spaces"; what begins with # is a remark."""
    labels = {}
    for number, line in read_lines(path):
        if line.startswith("#"):
            continue
        identity, tab, slugs = line.rstrip("\n").partition("\t")
        where = f"{path}: line {number}"
        if not tab:
            raise explained.Unmeasured(f"{where}: no tab after the id")
        if identity in labels:
            raise explained.Unmeasured(f"{where}: {identity} a second time")
        labels[identity] = slugs_of(slugs.split(), where)
    if not labels:
        raise explained.Unmeasured(f"{path}: nothing in it")
    return labels


def read_tags(path):
    """{id: slugs} of labels (.tsv) or of papers with tags."""
    if str(path).endswith(".tsv"):
        return read_labels(path)
    papers = read_papers(path)
    for identity, paper in papers.items():
        if "tags" not in paper:
            raise explained.Unmeasured(f"{path}: {identity} has no \"tags\"")
    if not papers:
        raise explained.Unmeasured(f"{path}: nothing in it")
    return {identity: paper["tags"] for identity, paper in papers.items()}


def read(paths, paper_paths):
    """[paper with tags] of all files together; texts of labels are looked up in `paper_paths`."""
    gold = {}
    for path in paths:
        for identity, tags in read_tags(path).items():
            if gold.setdefault(identity, tags) != tags:
                raise explained.Unmeasured(f"{path}: {identity} has other tags elsewhere")
    papers = {}
    for path in [*paper_paths, *(path for path in paths if not str(path).endswith(".tsv"))]:
        papers.update(read_papers(path, gold))
    missing = [identity for identity in gold if identity not in papers]
    if missing:
        raise explained.Unmeasured(f"no title and abstract of {missing[0]}"
                                   + (f" and {len(missing) - 1} more" if missing[1:] else "")
                                   + ": --papers FILE has them")
    return [dict(papers[identity], tags=tags) for identity, tags in gold.items()]
