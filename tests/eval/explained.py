"""What `paperwire explain` says of papers."""

import json
import pathlib
import subprocess


class Unmeasured(Exception):
    """A figure cannot be had; the message says why, in one line."""


def find_program(root):
    """The built program: the release's, else the one for development."""
    for preset in ("release", "dev"):
        program = pathlib.Path(root) / "build" / preset / "bin" / "paperwire"
        if program.exists():
            return str(program)
    raise Unmeasured("there is no build/release/bin/paperwire nor build/dev/bin/paperwire: "
                     "build one, or name it with --program")


def explain(program, papers):
    """One explanation for each paper (a dict of id, title and abstract or sentences), in order."""
    lines = "".join(json.dumps(paper) + "\n" for paper in papers)
    try:
        run = subprocess.run([program, "explain", "--from", "-", "--format", "json"], input=lines,
                             capture_output=True, text=True, check=False)
    except OSError as error:
        raise Unmeasured(f"{program} does not run: {error.strerror}") from error
    if run.returncode != 0:
        raise Unmeasured(f"{program} explain ended with {run.returncode}: {run.stderr.strip()}")
    explained = [json.loads(line) for line in run.stdout.splitlines()]
    if len(explained) != len(papers):
        raise Unmeasured(f"{len(papers)} papers went in, {len(explained)} came out")
    for paper, answer in zip(papers, explained):
        if "sentences" in paper and len(paper["sentences"]) != len(answer["sentences"]):
            raise Unmeasured(f"paper {answer['id']}: {len(paper['sentences'])} sentences went in, "
                             f"{len(answer['sentences'])} came out")
    return explained


def read_json_lines(path, fields):
    """The objects of a file of JSON lines; each must have these fields."""
    rows = []
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise Unmeasured(f"{path}: line {number}: not JSON") from error
                missing = [field for field in fields
                           if not isinstance(row, dict) or field not in row]
                if missing:
                    raise Unmeasured(f"{path}: line {number}: no \"{missing[0]}\"")
                rows.append(row)
    except (OSError, UnicodeDecodeError) as error:
        raise Unmeasured(f"cannot read {path}: {getattr(error, 'strerror', error)}") from error
    if not rows:
        raise Unmeasured(f"{path}: nothing in it")
    return rows
