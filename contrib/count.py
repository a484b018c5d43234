#!/usr/bin/python3
"""count.py: how many tests passed, failed and were skipped; for contrib/check.

    count.py lint CHECKS OUTPUT     CHECKS lint checks wrote OUTPUT
    count.py model OUTPUT           what tests/model/run wrote
    count.py unit BUILD             what make check-TESTS left in BUILD
    count.py pytest REPORT          pytest's --junitxml

Prints three numbers: passed, failed, skipped.
"""

import glob
import os
import re
import sys
import xml.etree.ElementTree as tree


def text_of(path):
    try:
        with open(path, errors="replace") as f:
            return f.read()
    except OSError:
        return ""


def lint(checks, output):
    failed = len(re.findall(r"^lint: \S+\.sh fails$", text_of(output), re.M))
    return int(checks) - failed, failed, 0


def model(output):
    """No line at all is a failure, too."""
    good, bad = (len(re.findall(rf"^{word} ", text_of(output), re.M)) for word in ("good", "bad"))
    return good, bad if good else max(bad, 1), 0


def unit(build):
    """The cases of every test program.  One that died before its summary is one failure."""
    total = [0, 0, 0]
    for result in glob.glob(os.path.join(build, "tests/unit/*/*.trs")):
        good = ":global-test-result: PASS" in text_of(result)
        log = text_of(result[:-len(".trs")] + ".log")
        cases = [sum(map(int, re.findall(rf"^\[  {word}\s+\] (?:\S+: )?(\d+) test\(s\)", log, re.M)))
                 for word in ("PASSED", "FAILED", "SKIPPED")]
        if good and not any(cases):
            cases[0] = 1
        if not good and not cases[1]:
            cases[1] = 1
        total = [a + b for a, b in zip(total, cases)]
    return total


def pytest(report):
    try:
        suites = tree.parse(report).getroot().iter("testsuite")
    except (OSError, tree.ParseError):
        return 0, 1, 0
    total = [0, 0, 0]
    for suite in suites:
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total[0] += max(0, int(suite.get("tests", 0)) - failed - skipped)
        total[1] += failed
        total[2] += skipped
    return total


if __name__ == "__main__":
    print(*{"lint": lint, "model": model, "unit": unit, "pytest": pytest}[sys.argv[1]](*sys.argv[2:]))
