"""report.py: what was measured, as tables for people and as JSON."""

import json
import os
import platform
import subprocess
import sys
import time

from measure import median, ratio

GROUPS = ("web", "workers", "keeper", "database", "all")
NAMES = {"rate": "req/s", "p50": "p50", "p99": "p99", "cpu.workers": "CPU of the workers",
         "cpu.all": "CPU of all"}
PACKAGES = ("nginx", "lighttpd", "mariadb-server-core", "libfcgi0ldbl", "libargon2-1", "libssl3", "wrk")


class Goal:
    """A ratio, and the floor it should keep: at least or at most so much.  Nothing fails for it."""

    def __init__(self, over, under, what, least=None, most=None, aim=None):
        self.over, self.under, self.what = over, under, what
        self.least, self.most, self.aim = least, most, aim

    def floor(self):
        return floor_text(self.least, self.most, self.aim)

    def keeps(self, value):
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def floor_text(least=None, most=None, aim=None):
    text = f"at least {least:g}" if least is not None else f"at most {most:g}" if most is not None else ""
    return text + (f", aim {aim:g}" if aim else "")


class Report:
    """Prints as it goes, and keeps all of it for the JSON."""

    def __init__(self, options):
        self.options = options
        self.kept = {"machine": machine(), "rounds": options.rounds, "seconds": options.seconds,
                     "workers": options.workers, "notes": [], "parts": []}
        m = self.kept["machine"]
        self.line(f"{m['cores']} cores of {m['model']}, Linux {m['kernel']}, huge pages {m['huge_pages']}; "
                  f"{options.workers} processes on each side; load before: {m['load']}")
        self.line(", ".join(f"{name} {version}" for name, version in m["packages"].items()))

    @staticmethod
    def line(text=""):
        print(text, flush=True)

    def title(self, text):
        self.line()
        self.line(f"{text}  [load {os.getloadavg()[0]:.1f}]")

    def note(self, text):
        self.line(f"  ({text})")
        self.kept["notes"].append(text)

    def keep(self, title, **what):
        self.kept["parts"].append({"title": title, **what})

    def table(self, title, samples, goals=()):
        """Medians of each case, then the ratios."""
        self.title(f"{title}: medians of {self.options.rounds} x {self.options.seconds} s")
        self.line(f"  {'':26}{'req/s':>9}{'p50 us':>9}{'p99 us':>9}   CPU us a request: "
                  + "".join(f"{name:>9}" for name in GROUPS) + "  wrong  errors")
        for name, some in samples.items():
            self.line(f"  {name:26}{median(some, 'rate'):9.0f}{median(some, 'p50'):9.0f}"
                      f"{median(some, 'p99'):9.0f}{'':21}"
                      + "".join(f"{median(some, 'cpu.' + group):9.1f}" for group in GROUPS)
                      + f"{sum(s['wrong'] for s in some):7}{sum(s['socket_errors'] for s in some):8}")
        self.keep(title, samples=samples, ratios=self.ratios(samples, goals))

    def ratios(self, samples, goals):
        kept = []
        if goals:
            self.line(f"  {'ratios, round by round':60}{'median':>7}   least - most   floor")
        for goal in goals:
            r = ratio(samples[goal.over], samples[goal.under], goal.what)
            if r is None:
                continue
            what = f"{goal.over} / {goal.under}, {NAMES[goal.what]}"
            self.line(f"  {what:60}{r['median']:7.3f}   {r['least']:.2f} - {r['most']:.2f}    {goal.floor()}"
                      + ("" if goal.keeps(r["median"]) else "   SHORT OF IT"))
            kept.append({"over": goal.over, "under": goal.under, "what": goal.what, **r,
                         "floor": goal.floor(), "kept": goal.keeps(r["median"])})
        return kept

    def rates(self, title, samples, goals):
        """As table(), where there is only a rate."""
        self.title(f"{title}: medians of {self.options.rounds} x {self.options.seconds} s")
        for name, some in samples.items():
            refused = sum(s.get("refused", 0) for s in some)
            self.line(f"  {name:26}{median(some, 'rate'):9.1f} a second, {refused} refused")
        self.keep(title, samples=samples, ratios=self.ratios(samples, goals))

    def median(self, what, samples, name, unit, **floor):
        self.figure(what, median(samples, name), unit, **floor)

    def counts(self, title, rows):
        """Rows of counts: the first name is the row's, the others are columns."""
        self.title(title)
        names = [name for name in rows[0] if name not in ("case", "statuses")]
        self.line(f"  {'':26}" + "".join(f"{name:>12}" for name in names) + "  statuses")
        for row in rows:
            statuses = " ".join(f"{status}: {n}" for status, n in row.get("statuses", {}).items())
            self.line(f"  {row['case']:26}" + "".join(f"{row[name]:12}" for name in names) + f"  {statuses}")
        self.keep(title, counts=rows)

    def shares(self, title, rows, whole=True):
        """For each case what it is made of, and the sum if that is the whole."""
        self.title(title)
        for name, parts in rows:
            total = f"{sum(parts.values()):10.6g}   " if whole else ""
            self.line(f"  {name:26}{total}"
                      + ", ".join(f"{what} {n:g}" for what, n in parts.items()))
        self.keep(title, shares=[{"case": name, "parts": parts} for name, parts in rows])

    def figure(self, what, value, unit="", least=None, most=None):
        """One figure by itself."""
        kept = Goal("", "", "", least, most).keeps(value)
        self.line(f"  {what:60}{value:10.4g} {unit:10}{floor_text(least, most)}"
                  + ("" if kept else "   SHORT OF IT"))
        self.kept["parts"].append({"title": what, "value": value, "unit": unit,
                                   "floor": floor_text(least, most), "kept": kept})

    def write(self, path):
        self.kept["ended"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with open(path, "w") as f:
            json.dump(self.kept, f, indent=1)
            f.write("\n")
        print(f"written: {path}", file=sys.stderr)


# --- where it was measured ---

def first(path, default="?"):
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError:
        return default


def model():
    for line in first("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def packages():
    """Versions, where dpkg knows them."""
    try:
        text = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES],
                              capture_output=True, text=True, check=False).stdout
    except OSError:
        return {}
    return dict(line.split(" ") for line in text.splitlines() if line.count(" ") == 1)


def machine():
    return {"cores": os.cpu_count(), "model": model(), "kernel": platform.release(),
            "huge_pages": first("/sys/kernel/mm/transparent_hugepage/enabled"),
            "load": " ".join(f"{load:.1f}" for load in os.getloadavg()), "packages": packages(),
            "began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
