"""bench.py: the place where everything is measured: one stack, the empty programs beside it, and
the doors of the web servers that lead to both."""

import os
import re
import shutil
import tempfile
import urllib.request

import keys
from measure import Cpu, Load, interleave, tree
from process import LOOPBACK, StackError, wait_until
from servers import Another, Door, Empty, make_stack
from world import Client, bootstrap, new_password

SETTINGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../include/base/settings.def")
PATIENCE = 300  # seconds until what is asked for again and again is warm


def setting(name):
    """The section of a setting, or None where the program does not have it."""
    with open(SETTINGS) as f:
        found = re.search(rf"^SETTING_\w+_ROW\((\w+), {name},", f.read(), re.M)
    return found.group(1) if found else None


def settings_of(**names):
    """{section: {name: value}} of settings by their names alone."""
    made = {}
    for name, value in names.items():
        made.setdefault(setting(name), {})[name] = value
    return made


class Bench:
    """A stack with its web servers, to be used in a `with`.  What is added is stopped with it.

    options    see `run --help`
    settings   {"section": {"name": value}} for the stack's own service, and for those beside it
    """

    def __init__(self, options, webs=("bench-nginx",), settings=None):
        self.options, self.workers = options, options.workers
        self.directory = tempfile.mkdtemp(prefix="claviger-bench-", dir=options.directory)
        os.chmod(self.directory, 0o711)
        settings = {section: dict(names) for section, names in (settings or {}).items()}
        settings["service"] = {"app_workers": self.workers, "gate_workers": self.workers,
                               **settings.get("service", {})}
        self.stack = make_stack(options.program, self.directory, settings, webs)
        self.running, self.rows, self.org = [], None, None
        self.ports = {}  # by service, where its /metrics is

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thing in reversed(self.running):
            thing.stop()
        self.stack.stop()
        if not self.options.keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        else:
            self.say(f"kept: {self.directory}")

    def say(self, text):
        self.options.say(text)

    def program(self, name):
        return os.path.join(self.options.build, "tests/bench", name)

    # --- starting ---

    def start(self, *database):
        """The stack, with further options for its mariadbd, and one organization to make keys in."""
        self.stack.database.process.argv += database
        self.stack.start(progress=lambda what: self.say(f"starting {what}"))
        self.rows = keys.Rows(self.stack, self.program("argon2"))
        self.org = bootstrap(self.stack.service, "Bench", "bench@example.org", new_password(), "Bench")
        return self

    def add(self, thing):
        self.running.append(thing.start())
        return thing

    def add_service(self, name, settings):
        """One more service of claviger, with settings of its own."""
        self.say(f"starting {name}")
        return self.add(Another(self.stack, name.replace(" ", "-"), settings))

    def add_empty(self, name, size):
        """The empty program: a responder of so many bytes, or an authorizer (0)."""
        return self.add(Empty(self.stack, self.program("empty"), name, self.workers, size))

    # --- doors: of a web server, to something that answers ---

    def door(self, name, kind, of, web="bench-nginx"):
        """A door to a claviger (a Service or an Another) or an Empty; there after open_doors()."""
        if isinstance(of, Empty):
            made = Door(name, self.stack.webs[web], kind, of.socket, lambda: tree(of.process.pid))
        else:
            service, pool = getattr(of, "service", of), "app" if kind == "direct" else "gate"
            place = service.stack
            made = Door(name, self.stack.webs[web], kind,
                        place.app_socket if pool == "app" else place.gate_socket,
                        lambda: service.workers(pool), service)
            if kind == "direct":
                self.ports[service] = made.port
        made.web.doors.append(made)
        return made

    def open_doors(self):
        for web in self.stack.webs.values():
            web.stop()
            web.start()
        self.stack.wait_ready()

    def groups(self, case):
        """Whose CPU is counted for a case, mariadbd's and the keeper's included."""
        door, service = case.door, case.door.service or self.stack.service
        crew = set(service.workers("app")) | set(service.workers("gate"))
        return {"web": tree(door.web.process.pid), "workers": door.pids(),
                "keeper": [service.master] + [pid for pid in service.workers() if pid not in crew],
                "database": [self.stack.database.process.pid]}

    # --- asking ---

    def tokens(self, name, texts):
        """A file for wrk."""
        path = os.path.join(self.directory, name + ".tokens")
        with open(path, "w") as f:
            f.write("\n".join(texts) + "\n")
        return path

    def self_size(self, token):
        """Bytes of the answer to GET /v1/self."""
        answer = Client(self.stack.web.base_url, token).ask("GET", "/v1/self")
        if answer.status != 200:
            raise StackError(f"GET /v1/self: {answer.status} {answer.text}")
        return len(answer.text.encode())

    def metrics(self, service=None):
        """What a service has counted, by the names of /metrics; one that has a direct door, or the
        stack's own."""
        url = f"http://{LOOPBACK}:{self.ports.get(service, self.stack.web.port)}/metrics"
        with urllib.request.urlopen(url, timeout=30) as answer:
            text = answer.read().decode()
        return {name: float(value) for name, value in
                re.findall(r"^(claviger\S+) ([0-9.e+]+)$", text, re.M)}

    def argon2_runs(self, service=None):
        return int(self.metrics(service)["claviger_argon2_runs_total"])

    def counts(self, service=None):
        """Argon2 runs of a service, and what the database was asked by anybody."""
        status = dict(self.rows.sql("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_stmt_execute', "
                                    "'Questions')"))
        return {"argon2": self.argon2_runs(service), "statements": int(status["Com_stmt_execute"]),
                "questions": int(status["Questions"])}

    # --- measuring ---

    def interleave(self, cases, one=None):
        one = one or (lambda case: case.measure(self))
        return interleave(cases, self.options.rounds, one, self.say)


class Case:
    """One thing that is measured: a load through a door, and the status that must answer it."""

    def __init__(self, name, door, path, tokens, expects=200, method="GET", clients=32):
        self.name, self.door, self.expects = name, door, expects
        self.load = Load(door.port, path, tokens, method, clients)

    def with_clients(self, clients):
        load = self.load
        return Case(self.name, self.door, load.path, load.tokens, self.expects, load.method, clients)

    def measure(self, bench):
        """One run and its cost: {"rate", "p50", "p99", "refused", "socket_errors", "requests",
        "wrong", "cpu"}, cpu in microseconds a request by group and in all."""
        cpu = Cpu(bench.groups(self))
        f = self.load.run(bench.options.seconds)
        f["cpu"] = {name: us / max(1, f["requests"]) for name, us in cpu.used().items()}
        f["cpu"]["all"] = sum(f["cpu"].values())
        f["wrong"] = f["refused"] if self.expects < 400 else f["requests"] - f["refused"]
        del f["statuses"]
        return f

    def check(self, seconds=1):
        """How often which status is answered; all must be the expected one."""
        f = self.load.run(seconds, count=True)
        if f["socket_errors"] or set(f["statuses"]) != {str(self.expects)}:
            raise StackError(f"{self.name}: {f}, and not only {self.expects}")
        return f

    def warm(self, bench):
        """Ask until no Argon2 is run for it any more, and all of its keys, which came into the
        database by themselves, are met."""
        runs = [bench.argon2_runs(self.door.service)]

        def quiet():
            statuses = self.load.run(1, count=True)["statuses"]
            runs.append(bench.argon2_runs(self.door.service))
            return runs[-1] == runs[-2] and set(statuses) == {str(self.expects)}

        wait_until(quiet, PATIENCE, f"{self.name}: no more Argon2")
        return self.check()
