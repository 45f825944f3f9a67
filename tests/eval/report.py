"""How every evaluation tells its figures."""

import json


def rounded(value):
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    return value


def show(result, table, as_json, limited):
    """Prints `result` (what, file, papers, model, protocol, figures, broken), as one JSON line or
    with the lines of `table`. `limited`: it was held against floors. Gives the exit code."""
    if as_json:
        print(json.dumps(rounded(result), ensure_ascii=False))
    else:
        print(f"{result['what']}, {result['file']}: {result['papers']} papers, "
              f"model {result['model']}\n")
        print("\n".join(table))
        print(f"\n{result['protocol']}.")
        if limited:
            print("Every floor holds." if not result["broken"] else "Broken:")
        for line in result["broken"]:
            print(f"  {line}")
    return 1 if result["broken"] else 0
