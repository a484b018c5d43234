"""exact_kit.py: what the tests of exactness stand on: questions on every door, the eight clients that ask
them (clients.c), and organizations to change things in.
"""

import dataclasses
import functools
import http.client
import json
import os
import random
import secrets
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import fcgi
import pytest
import world as worlds
from conftest import Api

# How often each kind of change is tried; 1000 for the long run by hand.
ROUNDS = int(os.environ.get("CLAVIGER_ROUNDS", "10"))
FEWER_ROUNDS = ROUNDS if ROUNDS >= 100 else max(ROUNDS * 2 // 5, 4)     # where they take longer
PLACES = 40         # in turn while processes are killed: what one left has to be mended
KILLED = 0.2        # of the processes in one round
KILLED_WITHIN = 0.012   # seconds, from the moment the change began
ASKS = 3            # accepted from memory before the change, and answered after it, of each client
PATIENCE = 20       # seconds until a round must have got that far
PAUSE = 0.003       # seconds at most between the last warm answer and the change
METER = "claviger_tokens_remembered_total"
ALLOWED, ACTIVE = '"allowed":true', '"active":true'


# --- questions and changes ---

@dataclass(frozen=True)
class Request:
    """One request, as its bytes: by a web server, or by FastCGI without one.  want: what a yes has in it."""

    address: str
    form: str
    bytes: bytes
    want: str = ""
    found: int = 0      # how many keys of one check are found in memory, if they are there
    times: int = 1      # how often a client asks it at least, before the change and after
    what: str = ""

    def line(self, verb):
        want = self.want.encode()
        head = f"{verb} {self.address} {self.form} {len(want)} {len(self.bytes)} {self.times}\n"
        return head.encode() + want + self.bytes


@dataclass(frozen=True)
class Ask:
    """What is asked, whoever is asked: method, path, credential and body."""

    method: str
    path: str
    token: str
    body: object = None
    want: str = ""
    found: int = 0
    times: int = ASKS

    def content(self):
        """Type and bytes of the body."""
        if self.body is None:
            return "", b""
        if isinstance(self.body, str):
            return "application/x-www-form-urlencoded", self.body.encode()
        return "application/json", json.dumps(self.body).encode()

    def by_http(self, port):
        kind, body = self.content()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: localhost"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if kind:
            lines.append(f"Content-Type: {kind}")
        if self.method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        text = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        return Request(str(port), "http", text, self.want, self.found, self.times, f"{port} {self.method} {self.path}")

    def by_fcgi(self, address, role=fcgi.RESPONDER):
        kind, body = self.content()
        more = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": len(body)} if kind else {}
        params = fcgi.web_params(self.method, self.path, self.token, **more)
        text = fcgi.begin(role) + fcgi.stream(fcgi.PARAMS, fcgi.pairs(params))
        if role == fcgi.RESPONDER:
            text += fcgi.stream(fcgi.STDIN, body)
        return Request(address, "fcgi", text, self.want, self.found, self.times, f"{address} {self.method} {self.path}")


@dataclass
class Round:
    """One change: what is asked about it, and what makes it: an Ask, or a function."""

    about: "About"
    change: object


@dataclass
class Outcome:
    """What clients.c told of a round."""

    status: int = 0         # of the change
    tries: int = 0
    body: object = None
    found: int = 0          # keys found in memory, while the clients were accepted as often as they were to be
    clients: list = field(default_factory=list)
    pounces: list = field(default_factory=list)
    stuck: str = ""


# --- the doors ---

class Doors:
    """Every door of one or more hosts: of each its web servers, and its sockets."""

    def __init__(self, stacks):
        self.stacks = stacks
        self.webs = [web for stack in stacks for web in stack.webs.values()]

    def web(self, n):
        return self.webs[n % len(self.webs)]

    def api(self, n, ask):
        return self.counted(n, ask.by_http(self.web(n).port))

    def gate(self, n, ask):
        return self.counted(n, ask.by_http(self.web(n).protected_port))

    def counted(self, n, request):
        """Only the first host's finds are read."""
        if self.web(n).stack is self.stacks[0]:
            return request
        return dataclasses.replace(request, found=0)

    def direct(self, ask):
        return [ask.by_fcgi(stack.app_socket) for stack in self.stacks]

    def direct_gate(self, ask):
        return [ask.by_fcgi(stack.gate_socket, fcgi.AUTHORIZER) for stack in self.stacks]

    def meter(self):
        return Ask("GET", "/metrics", "", want=METER + " ").by_fcgi(self.stacks[0].app_socket)


class About:
    """What is asked about one key: eight questions, and those of whoever makes the change."""

    def __init__(self, doors, eight, more):
        assert len(eight) == 8
        self.doors, self.eight, self.pounces = doors, eight, more


# --- the clients ---

def build_clients(program):
    """clients.c, built beside the program that is tried."""
    build = Path(program).parent
    subprocess.run(["make", "-s", "-C", str(build), "tests/e2e/clients"], check=True, stdin=subprocess.DEVNULL)
    return str(build / "tests/e2e/clients")


class Clients:
    """The running clients.c."""

    def __init__(self, program):
        self.popen = subprocess.Popen([build_clients(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.popen.stdin.close()
        self.popen.wait(PATIENCE)

    def say(self, *pieces):
        self.popen.stdin.write(b"".join(pieces))
        self.popen.stdin.flush()

    def begin(self, about, change, before=None, kills=()):
        """A round begins; change is a Request, or None for one that is made elsewhere, before another one,
        and kills are pairs of a process and the seconds it has left after all that began."""
        self.say(about.doors.meter().line("meter"), *[q.line("ask") for q in about.eight],
                 *[q.line("pounce") for q in about.pounces], change.line("change") if change else b"",
                 before.line("before") if before else b"",
                 *[f"kill {pid} {int(after * 1e6)}\n".encode() for pid, after in sorted(kills, key=lambda k: k[1])],
                 f"go {PATIENCE * 1000} {int(random.random() * PAUSE * 1e6)}\n".encode())

    def hear(self, made_elsewhere=None):
        """The outcome of the round that began; made_elsewhere() is called when all clients are warm."""
        outcome, out = Outcome(), self.popen.stdout
        while (line := out.readline().decode()) != "end\n":
            words = line.split()
            assert words, "the clients died"
            numbers = {name: int(value) for name, value in zip(words[::2], words[1::2]) if is_number(value)}
            if words[0] == "meter":
                outcome.found = numbers["meter"]
            elif words[0] == "warm":
                made_elsewhere()
                self.say(b"done\n")
            elif words[0] == "change":
                outcome.status, outcome.tries = numbers["change"], numbers["tries"]
                outcome.body = json_or_none(out.read(numbers["body"]))
                out.readline()
            elif words[0] in ("client", "pounce"):
                getattr(outcome, words[0] + "s").append(numbers)
            elif words[0] == "stuck":
                outcome.stuck = words[1]
        return outcome


def is_number(text):
    return text.lstrip("-").isdigit()


def json_or_none(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def late_ones(about, outcome):
    """What was accepted though it began after the change, and by how many microseconds."""
    late = [f"{q.what}: {c['late']} times until {c['last']} us after"
            for q, c in zip(about.eight, outcome.clients) if c["late"]]
    return late + [f"{q.what}: {p['after']} us after, by who made the change"
                   for q, p in zip(about.pounces, outcome.pounces) if p["pounce"] == 1]


def is_warm(about, outcome):
    """Did all the checks before the change find their keys in memory?"""
    return outcome.found >= sum(q.found * q.times for q in about.eight)


# --- places to change things in ---

class Line:
    """A connection to the API that is kept."""

    def __init__(self, base):
        self.host, self.port = base.removeprefix("http://").split(":")
        self.connection = None

    def ask(self, ask):
        """Status and JSON; status 0: nobody answered."""
        kind, text = ask.content()
        headers = {"Content-Type": kind} if kind else {}
        if ask.token:
            headers["Authorization"] = "Bearer " + ask.token
        for fresh in (False, True):
            if fresh or self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            try:
                self.connection.request(ask.method, ask.path, text, headers)
                answer = self.connection.getresponse()
                return answer.status, json_or_none(answer.read())
            except (OSError, http.client.HTTPException):
                self.connection.close()
        return 0, None

    def must(self, ask):
        """Until it is done: while processes are killed, somebody may have to come first."""
        end = time.monotonic() + PATIENCE
        while True:
            status, made = self.ask(ask)
            if 200 <= status < 300:
                return made
            assert status == 0 or status >= 500, f"{ask.method} {ask.path}: {status} {made}"
            assert time.monotonic() < end, f"{ask.method} {ask.path}: {status} {made}"
            time.sleep(0.005)


class Founder:
    """Who makes the organizations of a stack, and keeps the sessions of people who are in many of them."""

    def __init__(self, stack):
        self.stack, self.line = stack, Line(stack.web.base_url)
        email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
        worlds.make_files(stack.files)
        worlds.bootstrap(stack.service, "First", email, password, "Founder")
        self.email, self.password = email, password
        self.token = self.log_in(email, password)

    def log_in(self, email, password):
        return Api(self.stack.web.base_url).log_in(email, password).token


class Place:
    """An organization, whose admin makes the changes through one host; what is asked about it goes through
    all the doors of others, the first of them before all."""

    def __init__(self, founder, asked=None):
        self.founder, self.stack = founder, founder.stack
        self.doors = Doors(asked or [self.stack])
        self.admin = founder.token
        self.id = self.send(Ask("POST", "/v1/organizations", self.admin, {"name": secrets.token_hex(6)}))["id"]
        self.path = f"/v1/organizations/{self.id}"
        self.turn = 0

    def neighbour(self):
        """Another organization of the same people."""
        return Place(self.founder, self.doors.stacks)

    @functools.cached_property
    def asker(self):
        return self.add_key("organization", permission="read")["token"]

    @functools.cached_property
    def somebody(self):
        return self.add_member()

    @property
    def user(self):
        return self.somebody[0]

    @property
    def member(self):
        return self.somebody[2]

    def must(self, method, path, body=None, by=None):
        return self.send(self.change(method, path, body, by))

    def send(self, ask):
        """Through the host where changes are made."""
        return self.founder.line.must(ask)

    def add_member(self, role="member"):
        """A new person: id, address and session."""
        email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
        made = self.must("POST", "/members", {"email": email, "name": "Somebody", "role": role,
                                              "password": password})
        return made["id"], email, self.founder.log_in(email, password)

    def add_key(self, kind, by=None, **wish):
        return self.must("POST", "/keys", {"kind": kind, "name": secrets.token_hex(6), **wish}, by)

    def personal(self, by=None):
        return self.add_key("personal", by or self.member, expires_in_days=30)

    def end_key(self, key):
        self.must("DELETE", f"/keys/{key['id']}")

    def add_resource(self, kind, by=None, **wish):
        return self.must("POST", "/resources", {"type": kind, "name": secrets.token_hex(6), **wish}, by)["id"]

    def source(self):
        return self.add_resource("source", config=worlds.local(self.stack, "handbook"))

    def grant(self, resource, subject, role):
        self.must("PUT", f"/resources/{resource}/grants/{subject}", {"role": role})

    def add_team(self, *members):
        team = self.must("POST", "/teams", {"name": secrets.token_hex(6)})["id"]
        for member in members:
            self.must("PUT", f"/teams/{team}/members/{member}")
        return team

    def add_machine(self):
        """Its id and key text."""
        made = self.must("POST", "/machines", {"name": secrets.token_hex(6), "expires_in": "90d"})
        return made["machine"]["id"], made["token"]

    def change(self, method, path, body=None, by=None):
        return Ask(method, self.path + path, by or self.admin, body)

    # what is asked

    def verify(self, token, action="read", resource=None, by_session=False):
        wish = {"token": token, "action": action, **({"resource": resource} if resource else {})}
        if by_session:
            return Ask("POST", "/v1/verify", self.admin, wish, ALLOWED, 1, 1)
        return Ask("POST", "/v1/verify", self.asker, wish, ALLOWED, 2)

    def introspect(self, token):
        return Ask("POST", "/oauth/introspect", self.asker, urlencode({"token": token}), ACTIVE, 2)

    def explain(self, key, action, resource=None):
        wish = {"key": key, "action": action, **({"resource": resource} if resource else {})}
        return Ask("POST", "/v1/explain", self.admin, wish, ALLOWED, 0, 1)

    def slow_door(self, token, action, resource, key):
        """Doors that read the database anyway, one in each round; without them a round is much shorter."""
        self.turn += 1
        if self.turn % 4 == 0 and key:
            return self.explain(key, action, resource)
        return self.verify(token, action, resource, by_session=self.turn % 2 == 0)

    def alive(self, token, key=None, source=None):
        """What is all answered with no when the text is dead.  key: the key's id, where that is dead as well;
        source: where the key's owner is at home, if not in the organization."""
        d, self_ = self.doors, Ask("GET", "/v1/self", token, found=1)
        gate = Ask("GET", f"/sources/{source}/x" if source else f"/org/{self.id}/x", token, found=1)
        by_key, introspect = self.verify(token, "read", source), self.introspect(token)
        eight = [d.gate(0, gate), d.gate(1, gate), d.gate(2, gate), d.api(0, self_), d.api(1, by_key),
                 d.api(2, introspect), d.api(0, by_key), d.api(1, self.slow_door(token, "read", source, key))]
        return self.about_with(eight, gate, [self_, by_key, introspect])

    def about(self, token, action, resource, path=None, own=None, key=None):
        """What a key may do on one thing.  path: the same behind the authorizer; own: the same asked of the
        API with the key itself; at least one of them.  key: the key's id."""
        d, by_key = self.doors, self.verify(token, action, resource)
        gate = Ask("GET" if action == "read" else "POST", path, token, found=1) if path else None
        ways = [d.gate(n, gate) if gate else d.api(n, own) for n in range(3)]
        eight = [*ways, d.api(0, by_key), d.api(1, by_key), d.api(2, by_key), d.api(0, own or by_key),
                 d.api(1, self.slow_door(token, action, resource, key))]
        return self.about_with(eight, gate, [by_key] + ([own] if own else []))

    def of_session(self, token):
        """What a session is good for."""
        d, self_ = self.doors, Ask("GET", "/v1/self", token)
        gate, org = Ask("GET", f"/org/{self.id}/x", token), Ask("GET", self.path, token)
        eight = [d.gate(0, gate), d.gate(1, gate), d.gate(2, gate), d.api(0, self_), d.api(1, self_),
                 d.api(2, self_), d.api(0, org), d.api(1, org)]
        return self.about_with(eight, gate, [self_, org])

    def about_with(self, eight, gate, asks):
        d = self.doors
        gates = d.direct_gate(gate) + [d.gate(n, gate) for n in range(len(d.webs))] if gate else []
        return About(d, eight, gates + [r for ask in asks for r in d.direct(ask)])


# --- rounds ---

def through_some_door(stack, ask):
    """The change as a request of one of its host's web servers, or straight to its socket."""
    web = random.choice([None, *stack.webs.values()])
    return ask.by_http(web.port) if web else ask.by_fcgi(stack.app_socket)


def is_made(outcome):
    """Done; or done before, and the answer was lost with who was killed."""
    return 200 <= outcome.status < 300 or (outcome.tries > 1 and outcome.status in (401, 403, 404))


class Series:
    """Rounds of one kind of change in one place."""

    def __init__(self, clients, place, kind):
        self.clients, self.place, self.rounds, self.last = clients, place, kind(place), None

    def prepare(self):
        """Put back what the last round changed, and make what the next one needs."""
        return self.rounds.send(self.last)

    def before(self):
        """Now and then another change of the organization, so that nothing is remembered when the change
        begins, and somebody is just reading the rows and the epoch."""
        wish = self.place.change("PATCH", "/policy", {"space_never_allowed": True})
        return through_some_door(self.place.stack, wish) if random.random() < 0.3 else None

    def play(self, one, kills=(), meanwhile=None):
        """One round: its outcome."""
        change = through_some_door(self.place.stack, one.change) if isinstance(one.change, Ask) else None
        self.clients.begin(one.about, change, self.before(), kills)
        if meanwhile:
            meanwhile()
        outcome = self.clients.hear(one.change)
        assert not outcome.stuck, f"stuck {outcome.stuck} the change: {outcome}"
        assert change is None or is_made(outcome), outcome
        self.last = outcome.body
        return outcome


def victims(stack):
    """Some of those that answer, and the keeper, each with the moment of its end."""
    pids = [pid for pid in stack.service.workers() if random.random() < KILLED]
    return [(pid, random.random() * KILLED_WITHIN) for pid in pids]


class Tally:
    """What came of many rounds."""

    def __init__(self):
        self.rounds, self.warm, self.kills, self.tries, self.asked = 0, 0, 0, 0, 0
        self.late, self.first = [], []

    def add(self, one, outcome, kills=()):
        self.rounds += 1
        self.kills += len(kills)
        self.tries += outcome.tries > 1
        self.warm += is_warm(one.about, outcome)
        self.asked += sum(c["after"] for c in outcome.clients) + len(outcome.pounces)
        self.first.append(min(c["first"] for c in outcome.clients))
        self.late += late_ones(one.about, outcome)

    def judge(self, warm):
        """warm: the least share of rounds whose clients were all answered from memory before the change."""
        print(f"{self.rounds} rounds, {self.warm} of them began warm, {self.kills} kills, {self.tries} changes "
              f"tried again; {self.asked} checks began after a change, a client's first "
              f"within {statistics.median(self.first):.0f} us in half of the rounds, accepted: {len(self.late)}")
        assert not self.late, f"{len(self.late)} accepted in {self.rounds} rounds: {self.late[:5]}"
        assert self.warm >= warm * self.rounds, f"only {self.warm} of {self.rounds} rounds began warm"


def play_undisturbed(clients, place, change, rounds):
    """So many rounds of one kind, and what is to be said of them.  A session is never remembered."""
    series, tally = Series(clients, place, change), Tally()
    for _ in range(rounds):
        one = series.prepare()
        tally.add(one, series.play(one))
    tally.judge(0 if change.__name__ == "log_out" else 0.9)


@pytest.fixture(scope="module")
def clients(program):
    clients = Clients(program)
    yield clients
    clients.close()
