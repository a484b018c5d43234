"""bench.py: the place where everything is measured: one stack, the empty programs beside it, and
the doors of the web servers that lead to both."""

import os
import re
import shutil
import tempfile
import urllib.request

import keys
import measure
from process import LOOPBACK, StackError
from servers import Door, Empty, make_stack
from world import bootstrap, new_password

HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    """options: see `run --help`.  Use it in a `with`; add what is needed, then start()."""

    def __init__(self, options, webs=("bench-nginx",), settings=None):
        self.options = options
        self.directory = tempfile.mkdtemp(prefix="claviger-bench-", dir=options.directory)
        os.chmod(self.directory, 0o711)
        self.workers = options.workers
        sizes = {"app_workers": self.workers, "gate_workers": self.workers}
        settings = {section: dict(names) for section, names in (settings or {}).items()}
        settings["service"] = {**sizes, **settings.get("service", {})}
        self.stack = make_stack(options.program, self.directory, settings, webs)
        self.running, self.doors = [], []
        self.rows = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thing in reversed(self.running):
            thing.stop()
        self.stack.stop()
        if self.options.keep:
            print("kept:", self.directory)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def say(self, text):
        self.options.say(text)

    def program(self, name):
        return os.path.join(self.options.build, "tests/bench", name)

    # --- starting ---

    def start(self, **argv):
        """The stack, and one organization to make keys in."""
        self.stack.database.process.argv += [f"--{name.replace('_', '-')}={value}"
                                             for name, value in argv.items()]
        self.stack.start(progress=lambda what: self.say(f"starting {what}"))
        self.rows = keys.Rows(self.stack, self.program("argon2"))
        self.org = bootstrap(self.stack.service, "Bench", "bench@example.org", new_password(), "Bench")
        return self

    def add(self, thing):
        """Start something that ends with the bench."""
        self.running.append(thing.start())
        return thing

    def add_empty(self, name, size):
        return self.add(Empty(self.stack, self.program("empty"), name, self.workers, size))

    def add_door(self, name, kind, socket, pids, web="bench-nginx"):
        """A door that is there after open_doors(); pids() are the processes behind it."""
        door = Door(name, self.stack.webs[web], kind, socket, pids)
        door.web.doors.append(door)
        self.doors.append(door)
        return door

    def open_doors(self):
        for web in self.stack.webs.values():
            web.stop()
            web.start()
        self.stack.wait_ready()

    # --- asking ---

    def token_file(self, name, texts):
        path = os.path.join(self.directory, name + ".tokens")
        with open(path, "w") as f:
            f.write("\n".join(texts) + "\n")
        return path

    def groups(self, door, service=None):
        """Whose CPU is counted for a request through a door."""
        service = service or self.stack.service
        crew = set(service.workers("app")) | set(service.workers("gate"))
        return {"web": measure.tree(door.web.process.pid), "workers": door.group(),
                "keeper": [service.master] + [pid for pid in service.workers() if pid not in crew],
                "database": [self.stack.database.process.pid]}

    def metrics(self):
        """What the service has counted, by the names of /metrics."""
        url = f"http://{LOOPBACK}:{self.stack.web.port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        return {name: float(value) for name, value in
                re.findall(r"^(claviger\S+) ([0-9.e+]+)$", text, re.M)}

    def argon2_runs(self):
        return int(self.metrics()["claviger_argon2_runs_total"])

    def statements(self):
        """Prepared statements that the database has run for anybody."""
        return int(self.rows.sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'")[0][1])


class Case:
    """One thing that is measured: a load through a door, and the status it must be answered with."""

    def __init__(self, name, door, path, tokens, expects=200, method="GET", clients=32, service=None):
        self.name, self.door, self.expects, self.service = name, door, expects, service
        self.load = measure.Load(door.port, path, tokens, method, clients)

    def check(self, seconds=1):
        """How often which status is answered; all must be the expected one."""
        f = self.load.run(seconds, count=True)
        if f["socket_errors"] or set(f["statuses"]) != {str(self.expects)}:
            raise StackError(f"{self.name}: {f}, and not only {self.expects}")
        return f

    def warm(self, bench, tries=20):
        """Ask until no Argon2 is run for it any more."""
        before = bench.argon2_runs()
        for _ in range(tries):
            self.load.run(1)
            now = bench.argon2_runs()
            if now == before:
                return self.check()
            before = now
        raise StackError(f"{self.name}: Argon2 is still run after {tries} seconds")
