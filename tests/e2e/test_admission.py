"""Argon2id is admitted: so many runs at a time over all processes, one for each key, a short wait, and then
503 with Retry-After.

What runs is counted by /metrics and seen in the memory of processes; no time is asserted.
"""

import os
import random
import secrets
import signal
import threading
import time

import pymysql
import pytest

import world as worlds
from api_kit import counted, is_refused
from conftest import SEEN_SECRETS, Api, Org, check_reports
from process import wait_until

PROPER = {"argon2_memory": 19456, "argon2_passes": 2}  # a run takes its time, as in earnest
MANY = 50
LIMIT = 2
# A row that takes a process 256 MiB and half a minute: nobody stores such, so that it can be seen to run.
HEAVY = "$argon2id$v=19$m=262144,t=64,p=1$c29tZXNhbHQ$" + "A" * 43
HEAVY_KB = 200_000


class Place:
    """An organization of a stack of its own."""

    def __init__(self, stack):
        self.stack, self.base = stack, stack.web.base_url
        self.email, self.password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
        SEEN_SECRETS.add(self.password)
        worlds.bootstrap(stack.service, "First", self.email, self.password, "Admin")
        api = Api(self.base)
        self.admin = api.log_in(self.email, self.password)
        self.org = Org(api, self.admin, "Admission")

    def key(self):
        return self.org.add_key("organization", permission="read")

    def tokens(self, n):
        return [self.key()["token"] for _ in range(n)]

    def count(self, name):
        return counted(self.base, name)

    def runs(self):
        return self.count("claviger_argon2_runs_total")

    def by_key(self, token):
        """The key itself, at the service."""
        return worlds.Client(self.base, token).ask("GET", "/v1/self")

    def by_gate(self, token):
        """The application behind the authorizer."""
        return worlds.Client(self.stack.web.protected_url, token).ask("GET", f"/org/{self.org.id}/x")


@pytest.fixture
def new_place(new_stack_session):
    made = []

    def make(keys, **wish):
        stack = new_stack_session(settings={"keys": keys, "service": {"app_workers": 6, "gate_workers": 6}},
                                  **wish)
        made.append(stack)
        return Place(stack.start())

    yield make
    left = [name for stack in made for name in stack.stop()]
    assert not left, f"these left processes behind: {left}"
    for stack in made:
        check_reports(stack)


def at_once(asks):
    """All of them at the same moment; what each came to, in their order."""
    ready, results = threading.Barrier(len(asks)), [None] * len(asks)

    def run(i, ask):
        ready.wait()
        results[i] = ask()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(asks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def is_busy(answer):
    is_refused(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "1"


def until_accepted(ask, refused):
    """Again and again, as a client that is told to; how often it was refused is added to the list."""
    while True:
        answer = ask()
        if answer.status == 200:
            return
        assert answer.status == 503 and answer.headers["Retry-After"] == "1", f"{answer.status} {answer.text}"
        refused.append(answer)
        time.sleep(random.random() * 0.2)


# --- one key ---

@pytest.mark.parametrize("door", ["key", "gate", "both"])
def test_fifty_clients_with_one_new_key_cost_one_run(new_place, door):
    place = new_place({**PROPER, "argon2_wait": 10000})
    doors = {"key": [place.by_key], "gate": [place.by_gate], "both": [place.by_key, place.by_gate]}[door]
    for _ in range(3):
        token, runs = place.key()["token"], place.runs()
        answers = at_once([lambda i=i: doors[i % len(doors)](token) for i in range(MANY)])
        assert {answer.status for answer in answers} == {200}
        assert place.runs() == runs + 1
    assert place.count('claviger_argon2_waits_total{for="key"}') > 0
    assert place.count("claviger_argon2_refused_total") == 0


def test_it_is_the_same_answer_where_nothing_is_remembered(new_place):
    """Each of them runs, in turn or refused: nobody waits for what would not help them."""
    place = new_place({**PROPER, "argon2_at_once": LIMIT}, remembers=False)
    token, runs, refused = place.key()["token"], place.runs(), []
    at_once([lambda: until_accepted(lambda: place.by_key(token), refused) for _ in range(16)])
    assert place.runs() == runs + 16
    assert place.count("claviger_argon2_at_once_peak") == LIMIT
    assert place.count('claviger_argon2_waits_total{for="key"}') == 0
    assert place.count("claviger_argon2_refused_total") == len(refused)
    for answer in refused:
        is_busy(answer)


# --- many keys ---

def test_many_new_keys_run_so_many_at_a_time(new_place):
    place = new_place({**PROPER, "argon2_at_once": LIMIT})
    tokens, refused = place.tokens(MANY), []
    runs = place.runs()
    at_once([lambda t=token: until_accepted(lambda: place.by_key(t), refused) for token in tokens])
    assert place.runs() == runs + MANY, "each key once, and no run for who was refused"
    assert place.count("claviger_argon2_at_once_peak") == LIMIT
    assert place.count("claviger_argon2_refused_total") == len(refused) > 0
    for answer in refused:
        is_busy(answer)
    for token in tokens:
        assert place.by_key(token).status == 200
    assert place.runs() == runs + MANY


def test_both_doors_share_the_limit(new_place):
    place = new_place({**PROPER, "argon2_at_once": 1})
    tokens, refused = place.tokens(20), []
    runs = place.runs()
    at_once([lambda i=i, t=token: until_accepted(lambda: (place.by_key, place.by_gate)[i % 2](t), refused)
             for i, token in enumerate(tokens)])
    assert place.runs() == runs + 20
    assert place.count("claviger_argon2_at_once_peak") == 1
    assert place.count("claviger_argon2_refused_total") == len(refused)


# --- while the only place is taken ---

def resident_kb(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0


class Heavy:
    """A request that runs Argon2id for long; the process that does is known by its memory."""

    def __init__(self, place):
        self.place, self.answer = place, None
        key = place.key()
        database = pymysql.connect(unix_socket=place.stack.database.socket,
                                   user=place.stack.database.admin, database="claviger", autocommit=True)
        with database, database.cursor() as cursor:
            assert cursor.execute("UPDATE api_key SET secret_hash = %s WHERE id = %s", (HEAVY, key["id"])) == 1
        self.thread = threading.Thread(target=self.ask, args=(key["token"],))
        self.thread.start()
        wait_until(self.runs, 20, "a run of a heavy row")

    def ask(self, token):
        self.answer = self.place.by_key(token)

    def runs(self):
        return [pid for pid in self.place.stack.service.workers("app") if resident_kb(pid) > HEAVY_KB]

    def kill(self):
        pid, = self.runs()
        os.kill(pid, signal.SIGKILL)
        self.thread.join()


@pytest.fixture
def taken(new_place):
    """A place whose only place to run is taken, and what takes it."""
    place = new_place({"argon2_at_once": 1, "argon2_wait": 20})
    place.warm, place.cold = place.tokens(2)
    assert place.by_key(place.warm).status == place.by_gate(place.warm).status == 200
    heavy = Heavy(place)
    yield place, heavy
    if heavy.thread.is_alive():
        heavy.kill()


def test_a_killed_run_frees_its_place(taken):
    place, heavy = taken
    is_busy(place.by_key(place.cold))
    answer = place.by_gate(place.cold)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    heavy.kill()
    assert heavy.answer.status == 502
    assert place.by_key(place.cold).status == 200
    assert place.by_gate(place.cold).status == 200
    assert place.count("claviger_argon2_at_once_peak") == 1


def test_what_is_remembered_goes_on(taken):
    place, _ = taken
    runs = place.runs()
    for _ in range(50):
        assert place.by_key(place.warm).status == 200
        assert place.by_gate(place.warm).status == 200
    assert place.runs() == runs


def test_passwords_and_new_keys_are_admitted_too(taken):
    place, heavy = taken
    client, runs = worlds.Client(place.base), place.runs()
    path = f"{place.org.path}/keys"
    new_key = {"kind": "organization", "name": "another", "permission": "read"}
    log_in = {"email": place.email, "password": place.password}
    nobody = {"email": "nobody@test.example", "password": place.password}
    for body in (log_in, nobody):
        is_busy(client.ask("POST", "/v1/session", body))
    admin = worlds.Client(place.base, place.admin.token)
    is_busy(admin.ask("POST", path, new_key))
    assert place.runs() == runs
    heavy.kill()
    assert client.ask("POST", "/v1/session", log_in).status == 200
    assert client.ask("POST", "/v1/session", nobody).status == 401
    made = admin.ask("POST", path, new_key)
    assert made.status == 201
    SEEN_SECRETS.add(made.json()["token"])
    assert place.runs() == runs + 3


def test_log_ins_that_were_not_looked_at_do_not_count(new_place):
    place = new_place({"argon2_at_once": 1, "argon2_wait": 0})
    place.stack.settings["limits"] = {"throttle_exempt": "", "logins_per_minute": 3}
    place.stack.write_config()
    place.stack.service.restart()
    heavy = Heavy(place)
    client = worlds.Client(place.base)
    body = {"email": place.email, "password": place.password}
    for _ in range(5):
        is_busy(client.ask("POST", "/v1/session", body))
    heavy.kill()
    assert client.ask("POST", "/v1/session", body).status == 200


def test_commands_are_not_limited(taken):
    place, _ = taken
    password = worlds.new_password()
    SEEN_SECRETS.add(password)
    place.stack.service.must("user", "passwd", "--password-stdin", place.email, stdin=password + "\n")
