"""part_lasting.py: what lasts: the memory of a worker over a million requests, and what is remembered
over a stop and a start of the service."""

import http.client
import re

import keys
from bench import Bench, Case, settings_of
from process import LOOPBACK

PRESENTED = 2000
RESTARTED = 10**4
SETTLE = 20000  # requests before the first look


def memory_of(pid):
    """KiB of a process: resident, and its share of it."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        text = f.read()
    return {name: int(re.search(rf"^{name}: +(\d+)", text, re.M)[1]) for name in ("Rss", "Pss")}


class Watched:
    """The workers of one pool, and the load that they get."""

    def __init__(self, bench, name, kind, path, tokens, pool):
        self.bench, self.name, self.pool = bench, name, pool
        self.door = bench.door(name, kind, bench.stack.service)
        self.path, self.tokens = path, tokens

    def ask(self, requests):
        """At least so many; how many they were."""
        load, asked = Case(self.name, self.door, self.path, self.tokens).load, 0
        while asked < requests:
            asked += load.run(max(1, min(10, (requests - asked) // 20000)))["requests"]
        return asked

    def look(self):
        return {pid: memory_of(pid) for pid in self.bench.stack.service.workers(self.pool)}


def memory(options, report):
    with Bench(options) as bench:
        bench.start()
        bench.stack.web.path = f"/org/{bench.org}/it"
        texts = bench.rows.add_keys([bench.org], PRESENTED)
        texts += [make() for make in (keys.mint_text, keys.malformed_text) for _ in range(PRESENTED // 10)]
        tokens = bench.tokens("mixed", texts)
        pools = [Watched(bench, "app workers", "direct", "/v1/self", tokens, "app"),
                 Watched(bench, "gate workers", "auth", bench.stack.web.path, tokens, "gate")]
        bench.open_doors()
        for watched in pools:
            watched.ask(SETTLE)
            before = watched.look()
            bench.say(f"{options.requests} requests to the {watched.name}")
            asked, after = watched.ask(options.requests), watched.look()
            rows = [{"case": f"worker {n + 1}" if pid in after else "one that is gone",
                     **{f"{name} {when}": where.get(pid, {}).get(name, 0)
                        for name in ("Rss", "Pss") for when, where in (("before", before), ("after", after))}}
                    for n, pid in enumerate(before)]
            report.counts(f"{watched.name}, KiB before and after {asked} requests "
                          "(one in six has an unknown or malformed key)", rows)


# --- a stop and a start ---

def present(port, texts):
    """Each text once, one after the other, on one connection; how many were accepted."""
    connection, good = http.client.HTTPConnection(LOOPBACK, port, timeout=30), 0
    for text in texts:
        connection.request("GET", "/v1/self", headers={"Authorization": "Bearer " + text})
        answer = connection.getresponse()
        answer.read()
        good += answer.status == 200
    connection.close()
    return good


def restart_one(bench, name, settings, texts):
    """Present all until they are remembered, stop and start, present all again: the runs of Argon2."""
    of = bench.add_service(name, settings)
    bench.door(name, "direct", of)
    bench.open_doors()
    port, service, runs = bench.ports[of.service], of.service, []
    for when in ("first", "again", "after"):
        bench.say(f"{name}: {len(texts)} keys, {when}")
        if when == "after":
            service.restart()
        before = bench.argon2_runs(service)
        good = present(port, texts)
        runs.append(bench.argon2_runs(service) - before)
    return {"case": name, "keys": len(texts), "accepted": good, "first": runs[0], "again": runs[1],
            "after": runs[2]}


def restart(options, report):
    with Bench(options) as bench:
        bench.start()
        texts = bench.rows.add_keys([bench.org], RESTARTED)
        rows = [restart_one(bench, "as delivered", {}, texts),
                restart_one(bench, "65536 remembered", settings_of(remembered=65536), texts)]
    report.counts("Argon2 runs for keys presented first, again, and after a stop and a start", rows)
    report.figure("Argon2 runs after a stop and a start, as delivered", rows[0]["after"], most=0)
