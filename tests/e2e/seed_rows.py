#!/usr/bin/python3
"""seed_rows.py: the rows of seeds.txt, and the tests that are named after them.

    seed_rows.py REPORT    prints every row with its tests as pytest's --junitxml REPORT has them;
                           status 1 if one of them failed, or is missing
"""

import re
import sys
import xml.etree.ElementTree as tree
from pathlib import Path

HERE = Path(__file__).parent
DOORS = ("auth", "api", "mail", "pages", "files", "records", "advice")
TESTED = ("auth", "api", "mail", "pages", "files", "records")  # a row of these has a test
SERVERS = ("nginx", "lighttpd", "apache")  # a row of auth has one through each


class Row:
    def __init__(self, number, door, words):
        self.number, self.door, self.words = number, door, words
        self.good, self.bad, self.servers = set(), set(), set()

    def missing(self):
        """What a row that has to be tested lacks; None: nothing."""
        if self.door not in TESTED:
            return None
        if not self.good and not self.bad:
            return "no test"
        if self.door == "auth" and (without := [s for s in SERVERS if s not in self.servers]):
            return "not through " + ", ".join(without)
        return None

    def state(self):
        if self.bad:
            return "FAILED: " + ", ".join(sorted(self.bad))
        if self.missing():
            return "MISSING: " + self.missing()
        return ", ".join(sorted(self.good)) or f"({self.door})"


def rows():
    """The rows by their numbers."""
    found = {}
    for line in (HERE / "seeds.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            row = Row(*line.split("\t"))
            assert row.door in DOORS and row.number not in found, line
            found[row.number] = row
    return found


def numbers(test):
    """The rows that a test is named after."""
    return [f"{seed}.{row}" for seed, row in re.findall(r"seed_(\d)_(\d+)", test)]


def read_report(path):
    """The rows with what became of their tests."""
    found = rows()
    for case in tree.parse(path).getroot().iter("testcase"):
        test, _, params = case.get("name").partition("[")
        bad = any(case.find(what) is not None for what in ("failure", "error", "skipped"))
        for number in numbers(test):
            row = found[number]
            (row.bad if bad else row.good).add(case.get("classname").rpartition(".")[2])
            if not bad:
                row.servers.update(s for s in SERVERS if s in re.split(r"[\]-]", params))
    return found


def main(report):
    found = read_report(report).values()
    for row in found:
        print(f"{row.number:5} {row.words:68} {row.state()}")
    tested = [row for row in found if row.door in TESTED]
    wrong = [row for row in tested if row.bad or row.missing()]
    print(f"{len(tested) - len(wrong)} of {len(tested)} rows hold; {len(found) - len(tested)} are of other doors: "
          + ", ".join(f"{sum(row.door == door for row in found)} {door}" for door in DOORS
                      if door not in TESTED))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
