"""Measures one thing, prints it, and holds it against its floors. tests/eval/run says how."""

import argparse
import importlib
import pathlib
import signal
import sys

import explained
import floors
import report

HERE = pathlib.Path(__file__).resolve().parent


def evaluate(arguments):
    parser = argparse.ArgumentParser(prog="tests/eval/run")
    parser.add_argument("what", choices=["scitldr", "roles", "sections"])
    parser.add_argument("file")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of a table")
    parser.add_argument("--program", help="the paperwire to ask")
    parser.add_argument("--floors", default=str(HERE / "floors.json"),
                        help="what must hold; none: nothing")
    options = parser.parse_args(arguments)

    limits = {}
    if options.floors != "none":
        limits = floors.read(options.floors).get(options.what, {})
    module = importlib.import_module(options.what)
    result = module.measure(options.file,
                            options.program or explained.find_program(HERE.parent.parent))
    result = {"what": options.what, "file": pathlib.Path(options.file).name, **result}
    result["broken"] = floors.broken(result["figures"], limits)
    return report.show(result, module.table(result), options.json, bool(limits))


def main(arguments):
    try:
        if arguments[:1] in (["grounding"], ["tags"]):
            return importlib.import_module(arguments[0]).main(arguments[1:])
        return evaluate(arguments)
    except explained.Unmeasured as error:
        print(f"tests/eval/run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    # A reader that has seen enough, as head, is no error.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
