"""part_warm.py: what is warm, and what is refused, beside the empty program: as a direct request, as
a subrequest of nginx, and behind lighttpd."""

import time

import keys
from bench import Bench, Case, setting, settings_of
from report import Goal

PRESENTED = 2000  # distinct tokens


class Subjects:
    """The tokens, and what stands behind the doors."""

    def __init__(self, bench):
        texts = bench.rows.add_keys([bench.org], PRESENTED)
        self.bench = bench
        self.good = bench.tokens("good", texts)
        self.unknown = bench.tokens("unknown", [keys.mint_text() for _ in range(PRESENTED)])
        self.malformed = bench.tokens("malformed", [keys.malformed_text() for _ in range(PRESENTED)])
        self.responder = bench.add_empty("empty", bench.self_size(texts[0]))
        self.authorizer = bench.add_empty("empty-gate", 0)
        self.ours = bench.stack.service
        self.cluster = None
        if setting("cluster"):
            self.cluster = bench.add_service("cluster", settings_of(cluster="yes"))
        self.path = f"/org/{bench.org}/it"
        for web in bench.stack.webs.values():
            web.path = self.path
        self.cases = []

    def case(self, name, door, path, tokens, expects=200, method="GET"):
        self.cases.append(Case(name, door, path, tokens, expects, method))

    def direct(self):
        bench, deny = self.bench, f"/v1/organizations/{self.bench.org}/members"
        ours = bench.door("direct", "direct", self.ours)
        self.case("direct: empty", bench.door("direct-empty", "direct", self.responder), "/v1/self", self.good)
        self.case("direct: allow", ours, "/v1/self", self.good)
        self.case("direct: deny", ours, deny, self.good, 403)
        self.case("direct: unknown", ours, "/v1/self", self.unknown, 401)
        self.case("direct: malformed", ours, "/v1/self", self.malformed, 401)
        if self.cluster:
            self.case("direct: database", bench.door("direct-cluster", "direct", self.cluster), "/v1/self",
                      self.good)

    def subrequest(self):
        bench, path = self.bench, self.path
        ours = bench.door("auth", "auth", self.ours)
        self.case("nginx: empty", bench.door("auth-empty", "auth", self.authorizer), path, self.good)
        self.case("nginx: allow", ours, path, self.good)
        self.case("nginx: deny", ours, path, self.good, 403, "PUT")
        self.case("nginx: unknown", ours, path, self.unknown, 401)
        self.case("nginx: malformed", ours, path, self.malformed, 401)
        if self.cluster:
            self.case("nginx: database", bench.door("auth-cluster", "auth", self.cluster), path, self.good)
        self.case("nginx: deny, words", bench.door("words", "words", self.ours), path, self.good, 403, "PUT")

    def lighttpd(self):
        bench, path, web = self.bench, self.path, "bench-lighttpd"
        ours = bench.door("lighttpd", "auth", self.ours, web)
        empty = bench.door("lighttpd-empty", "auth", self.authorizer, web)
        self.case("lighttpd: empty", empty, path, self.good)
        self.case("lighttpd: allow", ours, path, self.good)
        self.case("lighttpd: deny", ours, path, self.good, 403, "PUT")
        self.case("lighttpd: unknown", ours, path, self.unknown, 401)
        self.case("lighttpd: malformed", ours, path, self.malformed, 401)


def goals(samples):
    """Ours over the empty program and over our own warm answer, with the floors."""
    made = []
    for way in ("direct", "nginx", "lighttpd"):
        empty, allow = f"{way}: empty", f"{way}: allow"
        made += [Goal(allow, empty, "rate", least=0.90, aim=0.97), Goal(allow, empty, "cpu.workers", most=1.25),
                 Goal(allow, empty, "cpu.all"), Goal(allow, empty, "p99", most=1.15)]
        made += [Goal(f"{way}: {what}", allow, "rate", least=0.95) for what in ("deny", "unknown", "malformed")]
        made += [Goal(allow, f"{way}: database", "rate", least=1.8)]
    return [goal for goal in made if goal.over in samples and goal.under in samples]


def count(bench, case):
    """Argon2 runs and statements while a case is asked for a second.  The database is asked by others
    as well, see idle()."""
    before = bench.counts(case.door.service)
    f = case.check()
    after = bench.counts(case.door.service)
    return {"case": case.name, "requests": f["requests"], "statuses": f["statuses"],
            **{name: after[name] - before[name] for name in after}}


def idle(bench):
    """The same for a second in which nobody asks: the keepers, and the counting itself."""
    before = bench.counts()
    time.sleep(1)
    after = bench.counts()
    return {"case": "nobody asks", "requests": 0, **{name: after[name] - before[name] for name in after}}


def warm(options, report):
    webs = ("bench-nginx", "bench-lighttpd")
    with Bench(options, webs) as bench:
        bench.start()
        subjects = Subjects(bench)
        subjects.direct()
        subjects.subrequest()
        subjects.lighttpd()
        bench.open_doors()
        for case in subjects.cases:
            case.warm(bench)
        if not subjects.cluster:
            report.note("one database read per request: not measured, the program has no such setting")
        report.counts("counted, not timed: a second of each",
                      [idle(bench), *(count(bench, case) for case in subjects.cases)])
        for clients in options.clients:
            cases = [case.with_clients(clients) for case in subjects.cases]
            samples = bench.interleave(cases)
            report.table(f"warm, {clients} clients", samples, goals(samples))
