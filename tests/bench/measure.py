"""measure.py: one load at a time, what it cost and whom, and medians over rounds.

Nothing here knows claviger.
"""

import json
import os
import statistics
import subprocess
import time

from process import StackError, children_of

LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokens.lua")


# --- CPU ---

def tree(pid):
    """A process and all below it."""
    found = [pid]
    for child in children_of(pid):
        found += tree(child)
    return found


def cpu_of(pid):
    """Nanoseconds this process has run, all its threads together, also those that have ended; one
    that is gone counts nothing.  It is what clock_getcpuclockid(3) gives a clock for: the same
    account as in /proc/PID/task/*/schedstat, which forgets a thread at its end."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0


class Cpu:
    """CPU time since this was made, by group: {"web": [pids], ...}."""

    def __init__(self, groups):
        self.groups = groups
        self.before = self.now()

    def now(self):
        return {name: sum(map(cpu_of, pids)) for name, pids in self.groups.items()}

    def used(self):
        """Microseconds by group."""
        now = self.now()
        return {name: (now[name] - self.before[name]) / 1000 for name in self.groups}


# --- one run of wrk ---

class Load:
    """What wrk asks: a path of a port, with a method, and a file of tokens, one a line."""

    def __init__(self, port, path, tokens, method="GET", clients=32):
        self.port, self.path, self.tokens, self.method, self.clients = port, path, tokens, method, clients

    def start(self, seconds, count=False):
        return subprocess.Popen(
            ["wrk", "-t1", f"-c{self.clients}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s", LUA,
             f"http://127.0.0.1:{self.port}", "--", self.tokens, self.method, self.path,
             *(["count"] if count else [])],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, seconds, count=False):
        return figures_of(self.start(seconds, count))


def figures_of(wrk):
    """What a run printed in the end, after it has ended; with "rate" in requests a second."""
    text = wrk.communicate()[0]
    lines = [line for line in text.splitlines() if line.startswith("BENCH ")]
    if wrk.returncode != 0 or not lines:
        raise StackError(f"wrk: status {wrk.returncode}\n{text}")
    f = json.loads(lines[0][len("BENCH "):])
    f["rate"] = f["requests"] * 1e6 / f["us"]
    f["socket_errors"] = f["connect"] + f["read"] + f["write"] + f["timeout"]
    return f


# --- rounds ---

def interleave(cases, rounds, one, progress=lambda text: None):
    """Each round runs each case once, beginning with another one each time, so that none of them
    always follows the same.  Returns {name: [figures of each round]}."""
    samples = {case.name: [] for case in cases}
    for n in range(rounds):
        at = n % len(cases)
        for case in cases[at:] + cases[:at]:
            progress(f"round {n + 1} of {rounds}: {case.name}")
            samples[case.name].append(one(case))
    return samples


def value(sample, what):
    """A figure of a run by its name: "rate", or "cpu.workers"."""
    for name in what.split("."):
        sample = sample[name]
    return sample


def median(samples, what):
    return statistics.median(value(sample, what) for sample in samples)


def ratio(over, under, what):
    """The median of the ratios of each round, with the smallest and the largest; None if there is none."""
    each = sorted(value(a, what) / value(b, what) for a, b in zip(over, under) if value(b, what) > 0)
    if not each:
        return None
    return {"median": statistics.median(each), "least": each[0], "most": each[-1]}
