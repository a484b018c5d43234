"""part_count.py: what cannot be disturbed by others: instructions (callgrind) and system calls
(strace) of one request, of ours and of the empty program.

One worker is asked by one client, one request after the other.  Callgrind counts the whole life of
a worker, so each case is run twice, with few requests and with more: the difference is theirs.
"""

import collections
import glob
import http.client
import os
import re
import shutil
import signal
import subprocess
import time

import keys
from bench import Bench
from measure import tree
from process import LOOPBACK, StackError, wait_until

FEW, MORE = 200, 1200
TRACED = 2000
DEAREST = 25  # functions
SLOW_START = 120  # seconds, under valgrind
FLOORS = "base|db|store|core|http|api|authorizer|front"


# --- asking, one by one ---

class Asked:
    """A case: a door and what is asked there, with the worker that answers."""

    def __init__(self, name, door, path, token, expects=200, method="GET"):
        self.name, self.door, self.path, self.expects, self.method = name, door, path, expects, method
        self.headers = {"Authorization": "Bearer " + token}

    def ask(self, n):
        connection = http.client.HTTPConnection(LOOPBACK, self.door.port, timeout=60)
        for _ in range(n):
            connection.request(self.method, self.path, headers=self.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != self.expects:
                raise StackError(f"{self.name}: {answer.status}, and not {self.expects}")
        connection.close()

    def worker(self):
        """The one process that answers: the last of its tree."""
        return self.door.pids()[-1]


# --- strace ---

def system_calls(asked, directory):
    """How often each system call was made for one request."""
    path = os.path.join(directory, "strace")
    strace = subprocess.Popen(["strace", "-f", "-c", "-o", path, "-p", str(asked.worker())],
                              stderr=subprocess.PIPE, text=True)
    attached = strace.stderr.readline()
    if "attached" not in attached:
        strace.kill()
        raise StackError(f"strace: {attached}{strace.stderr.read()}")
    asked.ask(TRACED)
    time.sleep(0.2)
    strace.send_signal(signal.SIGINT)
    strace.communicate()
    with open(path) as f:
        rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$", f.read(), re.M)
    return {name: round(int(n) / TRACED, 3) for n, name in rows if name != "total"}


# --- callgrind ---

def place_of(name, obj):
    """The floor a line of source belongs to, or the library it is in."""
    floor = re.search(rf"(?:src|include)/({FLOORS})/", name)
    return floor.group(1) if floor else os.path.basename(obj).split(".so")[0]


def read_costs(path):
    """Instructions by place and function, {(floor or library, function): n}, in a file of callgrind."""
    names, costs = {}, collections.Counter()
    obj = file = function = ""
    called = False
    with open(path, errors="replace") as f:
        for line in f:
            # A name is said once, maybe where something is called (c), and is a number from then on.
            said = re.match(r"(c?)(ob|fl|fi|fe|fn)=\((\d+)\)(?: (.*))?", line)
            if said:
                kind = said[2] if said[2] in ("ob", "fn") else "file"
                name = names.setdefault((kind, said[3]), said[4])
                if said[1]:
                    continue
                if kind == "ob":
                    obj = name
                elif kind == "fn":
                    function = name
                else:
                    file = name
            elif line.startswith("calls="):
                called = True  # the next line is the cost of the callee
            elif line[0] in "0123456789+-*":
                if not called:
                    costs[place_of(file, obj), function] += int(line.split()[1])
                called = False
    return costs


class Grind:
    """A process of the bench under callgrind, to be started and stopped for each run."""

    def __init__(self, process, directory):
        self.process, self.directory = process, directory
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        process.argv = ["valgrind", "--tool=callgrind", "--quiet",
                        f"--callgrind-out-file={directory}/%p", *process.argv]

    def costs(self, pid):
        path = os.path.join(self.directory, str(pid))
        wait_until(lambda: os.path.exists(path) and os.path.getsize(path) > 0, 30, "callgrind's file")
        time.sleep(0.5)
        found = read_costs(path)
        for name in glob.glob(os.path.join(self.directory, "*")):
            os.unlink(name)
        return found


def service_of(of):
    """What is started and stopped: of an Another its service."""
    return getattr(of, "service", of)


def start_slowly(of):
    """As start(), with patience."""
    service = service_of(of)
    if service is of:
        of.start()
        return
    service.process.start()
    service.process.wait_ready(service.accepts, SLOW_START)
    wait_until(lambda: service.workers("app") and service.workers("gate"), SLOW_START, "workers")


def one_run(asked, of, grind, n):
    start_slowly(of)
    asked.ask(20)
    asked.ask(n)
    pid = asked.worker()
    service_of(of).stop()
    return grind.costs(pid)


def instructions(asked, of, grind):
    """Instructions of one request: by floor and library, and those of the dearest functions."""
    few, more = one_run(asked, of, grind, FEW), one_run(asked, of, grind, MORE)
    places, functions = collections.Counter(), collections.Counter()
    for (place, function), n in more.items():
        each = (n - few[place, function]) / (MORE - FEW)
        places[place] += each
        functions[function.split("'")[0]] += each
    return [{name: round(n) for name, n in found if n >= 1}
            for found in (places.most_common(), functions.most_common(DEAREST))]


# --- both ---

def subjects(bench):
    """What is counted: the service and the two empty programs, each with one process a socket."""
    text = bench.rows.add_keys([bench.org], 1)[0]
    path = bench.stack.web.path = f"/org/{bench.org}/it"
    ours = bench.add_service("counted", {})
    responder, authorizer = bench.add_empty("empty", bench.self_size(text)), bench.add_empty("empty-gate", 0)
    direct, auth = bench.door("ours", "direct", ours), bench.door("auth", "auth", ours)
    made = [
        (Asked("direct: empty", bench.door("empty", "direct", responder), "/v1/self", text), responder),
        (Asked("direct: allow", direct, "/v1/self", text), ours),
        (Asked("direct: deny", direct, f"/v1/organizations/{bench.org}/members", text, 403), ours),
        (Asked("direct: malformed", direct, "/v1/self", keys.malformed_text(), 401), ours),
        (Asked("nginx: empty", bench.door("empty-auth", "auth", authorizer), path, text), authorizer),
        (Asked("nginx: allow", auth, path, text), ours),
        (Asked("nginx: deny", auth, path, text, 403, "PUT"), ours)]
    bench.open_doors()
    return made


def count(options, report):
    """Wants valgrind and strace, and the right to trace."""
    options.workers, workers = 1, options.workers
    with Bench(options) as bench:
        bench.start()
        made = subjects(bench)
        calls, costs = [], []
        for asked, _ in made:
            bench.say(f"strace: {asked.name}")
            asked.ask(20)
            calls.append((asked.name, system_calls(asked, bench.directory)))
        grinds = {}
        for asked, of in made:
            bench.say(f"callgrind: {asked.name}")
            if of not in grinds:
                service_of(of).stop()
                grinds[of] = Grind(service_of(of).process, os.path.join(bench.directory, f"grind-{len(grinds)}"))
            costs.append((asked.name, instructions(asked, of, grinds[of])))
    options.workers = workers
    report.shares("system calls of one request", calls)
    report.shares("instructions of one request, where they are",
                  [(name, places) for name, (places, _) in costs])
    report.shares(f"the {DEAREST} functions with most of them",
                  [(name, functions) for name, (_, functions) in costs], whole=False)
