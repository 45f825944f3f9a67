"""Prints how many tests of a JUnit report passed, failed and were skipped.

usage: junit_counts.py REPORT

A test of ctest is a case of GoogleTest (tier unit) or a whole program; the cases of a program are
counted from what it printed. Skipped ones are named on standard error with their reason.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CASE = re.compile(r"^\[\s*(OK|FAILED|SKIPPED)\s*\] (\S+) \(\d+ ms\)", re.MULTILINE)
REASON = re.compile(r"SKIPPED: .*")


def count(case):
    """The (passed, failed, skipped) of one <testcase>."""
    output = "".join(element.text or "" for element in case.iter("system-out"))
    status = case.get("status")
    inner = [outcome for outcome, _ in CASE.findall(output)]
    failed = status == "fail" or case.find("failure") is not None
    skipped = status in ("notrun", "disabled") or case.find("skipped") is not None
    if inner:
        counts = [inner.count("OK"), inner.count("FAILED"), inner.count("SKIPPED")]
        # It died outside a case, or on the way through one.
        if failed and counts[1] == 0:
            counts[1] = 1
    elif failed:
        counts = [0, 1, 0]
    elif skipped:
        counts = [0, 0, 1]
    else:
        counts = [1, 0, 0]
    if counts[2]:
        reason = REASON.search(output)
        print(f"skipped in {case.get('name')}: {reason.group(0)[9:] if reason else 'no reason'}",
              file=sys.stderr)
    return counts


def main():
    total = [0, 0, 0]
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
        total = [a + b for a, b in zip(total, count(case))]
    print(*total)


main()
