"""measure.py: one load at a time, what it cost and whom, and medians over rounds.

Nothing here knows claviger; see cases.py for what is measured.
"""

import json
import os
import statistics
import subprocess

from process import StackError, children_of

HERE = os.path.dirname(os.path.abspath(__file__))
LUA = os.path.join(HERE, "tokens.lua")


# --- CPU ---

def tree(pid):
    """A process and all below it."""
    found = [pid]
    for child in children_of(pid):
        found += tree(child)
    return found


def cpu_of(pid):
    """Nanoseconds this process has run, all its threads together; one that is gone counts nothing."""
    total = 0
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat") as f:
                total += int(f.read().split()[0])
        except OSError:
            pass
    return total


class Cpu:
    """CPU time between two moments, by group: {"web": [pids], ...}."""

    def __init__(self, groups):
        self.groups = groups
        self.before = self.now()

    def now(self):
        return {name: sum(map(cpu_of, pids)) for name, pids in self.groups.items()}

    def used(self):
        """Microseconds by group since this was made."""
        now = self.now()
        return {name: (now[name] - self.before[name]) / 1000 for name in self.groups}


# --- one run of wrk ---

class Load:
    """What wrk asks: an address, a method and a file of tokens, one a line."""

    def __init__(self, port, path, tokens, method="GET", clients=32):
        self.port, self.path, self.tokens, self.method, self.clients = port, path, tokens, method, clients

    def command(self, seconds, count=False):
        url = f"http://127.0.0.1:{self.port}"
        return ["wrk", "-t1", f"-c{self.clients}", f"-d{seconds}s", "--latency", "--timeout", "30s",
                "-s", LUA, url, "--", self.tokens, self.method, self.path, *(["count"] if count else [])]

    def start(self, seconds, count=False):
        return subprocess.Popen(self.command(seconds, count), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def run(self, seconds, count=False):
        return figures_of(self.start(seconds, count))


def figures_of(wrk):
    """What a run printed in the end."""
    text = wrk.communicate()[0]
    lines = [line for line in text.splitlines() if line.startswith("BENCH ")]
    if wrk.returncode != 0 or not lines:
        raise StackError(f"wrk: status {wrk.returncode}\n{text}")
    f = json.loads(lines[0][len("BENCH "):])
    f["rate"] = f["requests"] * 1e6 / f["us"]
    f["socket_errors"] = f["connect"] + f["read"] + f["write"] + f["timeout"]
    return f


def measure(load, groups, seconds):
    """One run and its cost: {"rate", "p50", "p99", "refused", "socket_errors", "requests", "cpu"},
    cpu in microseconds a request by group and in all."""
    cpu = Cpu(groups)
    f = load.run(seconds)
    used = cpu.used()
    f["cpu"] = {name: us / max(1, f["requests"]) for name, us in used.items()}
    f["cpu"]["all"] = sum(f["cpu"].values())
    del f["statuses"]
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


def number(sample, *names):
    for name in names:
        sample = sample[name]
    return sample


def median(samples, *names):
    return statistics.median(number(s, *names) for s in samples)


def ratio(over, under, *names):
    """The median of the ratios of each round, the smallest and the largest."""
    each = sorted(number(a, *names) / number(b, *names)
                  for a, b in zip(over, under) if number(b, *names) > 0)
    if not each:
        return None
    return {"median": statistics.median(each), "least": each[0], "most": each[-1]}
