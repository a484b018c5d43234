"""part_cold.py: Argon2id itself: how near a cold verification comes to it, and what is left for warm
keys while cold ones want all there is."""

import os
import subprocess
import time

from bench import Bench, Case, setting, settings_of
from measure import figures_of
from process import StackError
from report import Goal

MEMORY, PASSES = 19456, 2  # KiB; what claviger has when it is told nothing
A_SECOND = 130             # more verifications than a core does in a second
WARM_KEYS, FLOOD_KEYS = 300, 4000
WARM_CLIENTS, FLOOD_CLIENTS = 8, 16


def costly():
    return settings_of(argon2_memory=MEMORY, argon2_passes=PASSES)


class Bare:
    """tests/bench/argon2 in so many processes."""

    def __init__(self, name, processes):
        self.name, self.processes = name, processes

    def measure(self, bench):
        done = subprocess.run([bench.program("argon2"), "verify", str(MEMORY), str(PASSES),
                               str(self.processes), str(bench.options.seconds)],
                              capture_output=True, text=True, check=True)
        return {"rate": float(done.stdout)}


class Cold:
    """Keys that are presented for the first time, by as many clients as can be verifying or waiting."""

    def __init__(self, name, of, door, path, tokens, at_once):
        self.name, self.of = name, of
        self.case = Case(name, door, path, tokens, clients=2 * at_once)

    def measure(self, bench):
        self.of.forget()
        before = bench.argon2_runs(self.of.service)
        f = self.case.measure(bench)
        runs = bench.argon2_runs(self.of.service) - before
        if f["requests"] > runs + f["refused"] + self.case.load.clients:
            raise StackError(f"{self.name}: the keys were used up, {f['requests']} answers of {runs} runs")
        return {**f, "rate": runs * 1e6 / f["us"], "runs": runs}


def add_cold(bench, name, at_once, settings, tokens):
    """A service that verifies so many at once: its cases."""
    of = bench.add_service(name, settings)
    return [Cold(f"{name}: direct", of, bench.door(name, "direct", of), "/v1/self", tokens, at_once),
            Cold(f"{name}: nginx", of, bench.door(name + "-auth", "auth", of), f"/org/{bench.org}/it", tokens,
                 at_once)]


def cold(options, report):
    cores, half = os.cpu_count(), max(1, os.cpu_count() // 2)
    with Bench(options, settings=costly()) as bench:
        bench.start()
        bench.stack.web.path = f"/org/{bench.org}/it"
        n = options.seconds * cores * A_SECOND
        bench.say(f"making {n} keys")
        tokens = bench.tokens("cold", bench.rows.add_keys([bench.org], n, MEMORY, PASSES))
        cases = [Bare("bare, all cores", cores)]
        if setting("argon2_at_once"):
            cases += add_cold(bench, "all cores", cores, settings_of(argon2_at_once=cores), tokens)
            cases += [Bare("bare, half of them", half), *add_cold(bench, "as delivered", half, {}, tokens)]
        else:
            cases += add_cold(bench, "all cores", cores, {}, tokens)
        bench.open_doors()
        samples = bench.interleave(cases)
    goals = [Goal(f"{name}: {way}", bare, "rate", least=0.90)
             for name, bare in (("all cores", "bare, all cores"), ("as delivered", "bare, half of them"))
             for way in ("direct", "nginx")]
    report.rates(f"cold: Argon2id a second, {MEMORY} KiB, {PASSES} passes, one arena a process", samples,
                 [goal for goal in goals if goal.over in samples])


# --- cold beside warm ---

class Undisturbed:
    name = "warm alone"

    def __init__(self, case):
        self.case = case

    def measure(self, bench):
        return self.case.measure(bench)


class Flooded:
    """The same while others present keys that need Argon2 every time."""

    name = "warm beside cold"

    def __init__(self, case, flood):
        self.case, self.flood = case, flood

    def measure(self, bench):
        flood = self.flood.load.start(bench.options.seconds + 2)
        time.sleep(1)
        before, began = bench.metrics(), time.monotonic()
        f = self.case.measure(bench)
        after, took = bench.metrics(), time.monotonic() - began
        answers = figures_of(flood)

        def per_second(name):
            return (after[name] - before[name]) / took

        f["flood"] = {"answers": answers["rate"], "p99": answers["p99"],
                      "argon2": per_second("claviger_argon2_runs_total"),
                      "refused": per_second('claviger_answers_total{status="5xx"}')}
        return f


def saturate(options, report):
    with Bench(options, settings=costly()) as bench:
        bench.start()
        bench.say(f"making {WARM_KEYS} keys")
        warm = bench.tokens("warm", bench.rows.add_keys([bench.org], WARM_KEYS, MEMORY, PASSES))
        flood = bench.tokens("flood", bench.rows.add_keys([bench.org], FLOOD_KEYS, MEMORY, PASSES, right=False))
        door = bench.door("direct", "direct", bench.stack.service)
        bench.open_doors()
        case = Case("warm", door, "/v1/self", warm, clients=WARM_CLIENTS)
        case.warm(bench)
        disturbed = Flooded(case, Case("flood", door, "/v1/self", flood, 401, clients=FLOOD_CLIENTS))
        samples = bench.interleave([Undisturbed(case), disturbed])
    report.table(f"warm ({WARM_CLIENTS} clients) while cold keys ({FLOOD_CLIENTS} clients) take all they get",
                 samples, [Goal("warm beside cold", "warm alone", "rate", least=0.25)])
    report.median("p99 of warm beside cold", samples["warm beside cold"], "p99", "us", most=60000)
    for name, unit in (("answers", "a second"), ("argon2", "runs a second"), ("refused", "503 a second")):
        report.median(f"the cold: {name}", samples["warm beside cold"], "flood." + name, unit)
