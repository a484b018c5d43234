"""part_growth.py: does a warm check cost more where there are more keys and more organizations?"""

from bench import Bench, Case
from keys import Rows
from report import Goal

SIZES = ((10**3, 1), (10**5, 100), (10**6, 10**4))  # keys, organizations
PRESENTED = 10**4
REMEMBERED = 65536  # all that are presented, with room
POOL = "1G"


def power(n):
    return f"10^{len(str(n)) - 1}" if n >= 1000 else str(n)


class Place:
    """A database of this size with a claviger of its own."""

    def __init__(self, bench, keys, organizations):
        self.keys = keys
        self.name = f"{power(keys)} keys, {power(organizations)} org"
        database = f"growth_{keys}"
        service = bench.add_service(database, {"database": {"name": database}})
        rows = Rows(bench.stack, bench.program("argon2"), database)
        bench.say(f"filling {database}")
        ids = rows.add_organizations(organizations)
        used = min(keys, PRESENTED)
        # First, because MariaDB fills an empty table many times faster.
        rows.add_bare_keys(ids, keys - used)
        self.texts = rows.add_keys(ids, used)
        rows.sql("ANALYZE TABLE api_key, organization, resource;")
        self.door = bench.door(database, "direct", service)

    def case(self, bench, presented=None):
        texts = self.texts[:presented]
        name = self.name if presented is None else f"{self.name}, {power(presented)} used"
        return Case(name, self.door, "/v1/self", bench.tokens(self.door.name + f"-{len(texts)}", texts))


def touch(bench, case):
    """Every worker meets every key: until it has, it pays a page fault for each."""
    asked = 0
    while asked < bench.workers * 3 * PRESENTED:
        asked += case.load.run(2)["requests"]


def growth(options, report):
    sizes = [size for size in SIZES if size[0] <= options.keys]
    with Bench(options, settings={"keys": {"remembered": REMEMBERED}}) as bench:
        bench.start(f"--innodb-buffer-pool-size={POOL}", "--innodb-log-file-size=256M")
        places = [Place(bench, *size) for size in sizes]
        bench.open_doors()
        cases = [place.case(bench) for place in places]
        for case in cases:
            case.warm(bench)
            touch(bench, case)
        few = min(place.keys for place in places)
        if len(places) > 1:
            cases.append(places[-1].case(bench, few))
        samples = bench.interleave(cases)
    first = cases[0].name
    goals = [Goal(case.name, first, what, most=1.05)
             for case in cases[1:] for what in ("cpu.workers", "cpu.all")]
    report.table(f"growth: at most {power(PRESENTED)} different keys in use, spread over all organizations",
                 samples, goals)
