"""What is remembered: a key that was verified costs no Argon2id, whatever ended since; and a worker that
has answered many requests is no larger for it.  test_last_used.py has when keys were used.
"""

import itertools
import os
import signal

import pymysql
import pytest

import fcgi
from api_kit import counted
from conftest import check_reports, has_sanitizers
from exact_kit import METER, PATIENCE, Ask, Founder, Place
from process import alive, wait_until

# 10000 for the long run by hand.
WARM_KEYS = int(os.environ.get("CLAVIGER_WARM_KEYS", "300"))
FEW, MANY = 2000, 12000     # requests to two workers
GROWN = 64          # KiB one may have more after MANY than after FEW


def new_place(stack):
    stack.start()
    return Place(Founder(stack))


def end(stack):
    left = stack.stop()
    assert not left, f"these left processes behind: {left}"
    check_reports(stack)


@pytest.fixture(scope="module")
def place(new_stack_session):
    # Eight times as many places as keys: none of them gives up its place to another.
    stack = new_stack_session(remembers=True, settings={"keys": {"remembered": max(8 * WARM_KEYS, 16384)}})
    yield new_place(stack)
    end(stack)


def once(stack, ask, role=fcgi.RESPONDER):
    """Was it accepted?"""
    address = stack.app_socket if role == fcgi.RESPONDER else stack.gate_socket
    with fcgi.Connection(address) as connection:
        connection.send(ask.by_fcgi(address, role).bytes)
        reply = connection.reply()
    return reply.status == 200 and ask.want.encode() in reply.body


def self_(key):
    return Ask("GET", "/v1/self", key["token"])


def gate(place, key):
    return Ask("GET", f"/org/{place.id}/x", key["token"])


def ask_often(place, key, times=20):
    for _ in range(times):
        assert once(place.stack, self_(key)) and once(place.stack, gate(place, key), fcgi.AUTHORIZER)


def runs(place):
    return counted(place.stack.web.base_url, "claviger_argon2_runs_total")


def found(place):
    return counted(place.stack.web.base_url, METER)


# --- Argon2id ---

def all_ready(stack):
    roles = [len(stack.service.workers(role)) for role in ("app", "gate", "keeper")]
    return roles == [3, 3, 1] and stack.get_status(stack.web.port, "/readyz") == 200


def wait_ready(stack):
    wait_until(lambda: all_ready(stack), PATIENCE, "workers", stack.service.process.log)


def restart(stack):
    stack.service.restart()
    stack.wait_ready()


def reload(stack):
    old = stack.service.workers()
    stack.service.reload()
    wait_until(lambda: not any(map(alive, old)), PATIENCE, "the old workers' end")
    wait_ready(stack)


def kill_all_workers(stack):
    for pid in stack.service.workers():
        os.kill(pid, signal.SIGKILL)
    wait_ready(stack)


def kill_the_master(stack):
    old = stack.service.workers()
    stack.service.kill()
    wait_until(lambda: not any(map(alive, old)), PATIENCE, "the workers' end")
    stack.service.start()
    stack.wait_ready()


@pytest.fixture(scope="module")
def warm_keys(place):
    keys = [place.add_key("organization", permission="read") for _ in range(WARM_KEYS)]
    for key in keys:
        assert once(place.stack, self_(key))
    return keys


@pytest.mark.parametrize("what", [restart, reload, kill_all_workers, kill_the_master])
def test_a_warm_key_costs_no_argon2(place, warm_keys, what):
    """Each key is asked about through one pool, and through the other."""
    what(place.stack)
    before, hits = runs(place), found(place)
    for key in warm_keys:
        assert once(place.stack, gate(place, key), fcgi.AUTHORIZER)
    for key in warm_keys:
        assert once(place.stack, self_(key))
    assert runs(place) == before
    assert found(place) >= hits + len(warm_keys), "the second time nothing is read at all"


def test_nothing_remembered_counts_while_the_database_is_away(place, warm_keys):
    """Nobody could say whether it still holds; when the database is back it does, without Argon2."""
    key, database = warm_keys[0], place.stack.database
    ask_often(place, key)
    database.kill()
    try:
        wait_until(lambda: not once(place.stack, self_(key)), PATIENCE, "no")
        assert not once(place.stack, gate(place, key), fcgi.AUTHORIZER)
    finally:
        database.start()
    wait_ready(place.stack)
    before = runs(place)
    ask_often(place, key)
    assert runs(place) == before


def test_a_cold_key_costs_one(place):
    key = place.personal()
    before = runs(place)
    ask_often(place, key)
    assert runs(place) == before + 1
    place.end_key(key)


@pytest.fixture
def connection(place):
    database = place.stack.database
    connection = pymysql.connect(unix_socket=database.socket, user=database.admin, database="claviger",
                                 autocommit=True)
    yield connection
    connection.close()


def test_a_text_was_verified_against_one_version_of_its_row(place, connection):
    """The row as the text finds it, with another hash: what was verified before says nothing of it."""
    key, other = place.personal(), place.personal()
    ask_often(place, key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_hash FROM api_key WHERE id = %s", (other["id"],))
        assert cursor.execute("UPDATE api_key SET secret_hash = %s, version = version + 1 WHERE id = %s",
                              (cursor.fetchone()[0], key["id"])) == 1
    place.must("PATCH", "/policy", {"personal_tokens_enabled": True})  # what is remembered is read again
    assert not once(place.stack, self_(key))
    assert once(place.stack, self_(other))
    for ended in (key, other):
        place.end_key(ended)


# --- the size of a worker ---

def kilobytes(pid):
    """Its own memory, without what it shares."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("RssAnon:"))


def test_a_worker_does_not_grow(new_stack_session, program):
    """Every kind of check, accepted and refused, from memory and cold."""
    if has_sanitizers(program):
        pytest.skip("what was freed is kept, to see whether it is used again")
    stack = new_stack_session(remembers=True, settings={"service": {"app_workers": 1, "gate_workers": 1}})
    place = new_place(stack)
    try:
        key, other = place.personal(), place.add_key("organization", permission="read")
        unknown = {"token": key["token"][:-1] + ("A" if key["token"][-1] != "A" else "B")}
        dead = place.personal()
        place.end_key(dead)
        checks = [(self_(key), fcgi.RESPONDER), (place.verify(other["token"]), fcgi.RESPONDER),
                  (place.introspect(dead["token"]), fcgi.RESPONDER), (self_(unknown), fcgi.RESPONDER),
                  (gate(place, key), fcgi.AUTHORIZER), (gate(place, other), fcgi.AUTHORIZER),
                  (gate(place, dead), fcgi.AUTHORIZER), (gate(place, {"token": "no key"}), fcgi.AUTHORIZER)]
        pids = [stack.service.workers(role)[0] for role in ("app", "gate")]
        size = []
        for n, (ask, role) in enumerate(itertools.islice(itertools.cycle(checks), MANY + 1)):
            once(stack, ask, role)
            if n % 1000 == 0:
                place.must("PATCH", "/policy", {"personal_tokens_enabled": True})  # what was warm is cold
            if n in (FEW, MANY):
                size.append([kilobytes(pid) for pid in pids])
        assert [stack.service.workers(role)[0] for role in ("app", "gate")] == pids
    finally:
        end(stack)
    grown = [many - few for few, many in zip(*size)]
    assert max(grown) <= GROWN, f"{grown} KiB more: {size}"
