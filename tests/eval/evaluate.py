"""Measures one thing, prints it, and holds it against its floors. tests/eval/run says how."""

import argparse
import importlib
import json
import pathlib
import signal
import sys

import explained
import floors

HERE = pathlib.Path(__file__).resolve().parent


def rounded(value):
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return value


def grounding(arguments):
    try:
        module = importlib.import_module("grounding")
    except ModuleNotFoundError:
        raise explained.Unmeasured("there is no tests/eval/grounding.py yet") from None
    return module.main(arguments)


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
    if options.json:
        print(json.dumps(rounded(result), ensure_ascii=False))
    else:
        print(f"{options.what}, {result['file']}: {result['papers']} papers, "
              f"model {result['model']}\n")
        print("\n".join(module.table(result)))
        print(f"\n{result['protocol']}.")
        if limits:
            print("Every floor holds." if not result["broken"] else "Broken:")
        for line in result["broken"]:
            print(f"  {line}")
    return 1 if result["broken"] else 0


def main(arguments):
    try:
        if arguments[:1] == ["grounding"]:
            return grounding(arguments[1:])
        return evaluate(arguments)
    except explained.Unmeasured as error:
        print(f"tests/eval/run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    # A reader that has seen enough, as head, is no error.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
