"""When a key was last used, and from where: collected in shared memory, written by the keeper, never
earlier than the truth, never backwards, and lost neither by a stop nor by a failing statement.
"""

import os
import signal
import time

import pymysql
import pytest

from api_kit import ask, fresh_stack
from conftest import Org, check_reports
from process import wait_until

PATIENCE = 60    # seconds until what must come has come
REMEMBERED = 64  # keys
LONG = [f"2001:db8:{n + 4096:x}:ffff:ffff:ffff::/96" for n in range(49)]  # too many to be remembered


class Place:
    def __init__(self, new_stack, **wish):
        self.stack, api, world = fresh_stack(new_stack, **wish)
        self.base = self.stack.web.base_url
        self.org = Org(api, world.admin, "Used")
        self.db = self.connect()

    def connect(self):
        return pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                               database="claviger", autocommit=True)

    def add_key(self, **wish):
        return self.org.add_key("organization", permission="read", **wish)

    def use(self, key):
        """Uses it; the second before which that was not."""
        before = int(time.time())
        answer = ask(self.base, "GET", "/v1/self", key["token"])
        assert answer.status == 200, answer.body
        return before

    def row(self, key):
        with self.db.cursor() as cursor:
            cursor.execute("SELECT COALESCE(last_used_at, 0), last_used_ip FROM api_key WHERE id = %s",
                           (key["id"],))
            return cursor.fetchone()

    def used_at(self, key):
        return self.row(key)[0]

    def written(self, key, since):
        wait_until(lambda: self.used_at(key) >= since, PATIENCE, f"a use since {since}",
                   self.stack.service.process.log)

    def unsealed(self):
        with self.db.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM audit WHERE place IS NULL")
            return cursor.fetchone()[0]

    def updates(self):
        """UPDATEs of one table the server has run: those of requests, not the keeper's of many keys."""
        wait_until(lambda: self.unsealed() == 0, PATIENCE, "the keeper's own UPDATEs",
                   self.stack.service.process.log)
        with self.db.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_update'")
            return int(cursor.fetchone()[1])

    def log(self):
        with open(self.stack.service.process.log, encoding="utf-8") as log:
            return log.read()


@pytest.fixture
def place(new_stack):
    place = Place(new_stack, remembers=True)
    yield place
    place.db.close()


class Locked:
    """The row of a key that somebody else has locked: nobody can write to it."""

    def __init__(self, place, key):
        self.connection = place.connect()
        self.connection.begin()
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM api_key WHERE id = %s FOR UPDATE", (key["id"],))

    def release(self):
        self.connection.rollback()
        self.connection.close()


def failures(place):
    return place.log().count('"upkeep_failed"')


def test_requests_write_nothing(place):
    """Neither the first check of a key, which is cold, nor the others: the keeper does."""
    keys = [place.add_key() for _ in range(3)]
    before = place.updates()
    since = [place.use(key) for key in keys]
    for key in keys * 10:
        place.use(key)
    for key, at in zip(keys, since):
        place.written(key, at)
    assert place.updates() == before
    for key in keys:
        used, address = place.row(key)
        assert used <= int(time.time()) and address == "127.0.0.1"


def test_what_cannot_be_written_is_written_later(place):
    """Also when the key is not used again, and with the time it was used at."""
    key = place.add_key()
    locked = Locked(place, key)
    since, before = place.use(key), failures(place)
    until = int(time.time())
    wait_until(lambda: failures(place) > before + 1, PATIENCE, "failures", place.stack.service.process.log)
    locked.release()
    place.written(key, since)
    assert since <= place.used_at(key) <= until


def test_an_orderly_stop_writes_everything(place):
    """Also what the keeper would have left for later, because it wrote that key just before."""
    keys = [place.add_key() for _ in range(20)]
    for key, at in zip(keys, [place.use(key) for key in keys]):
        place.written(key, at)
    first = {key["id"]: place.used_at(key) for key in keys}
    wait_until(lambda: int(time.time()) > max(first.values()), PATIENCE, "another second")
    since = [place.use(key) for key in keys]
    place.stack.service.restart()
    for key, at in zip(keys, since):
        assert place.used_at(key) >= at > first[key["id"]]


def test_a_crash_loses_no_use_that_was_noted(place):
    """The memory is still there; whoever starts next writes what is in it."""
    key = place.add_key()
    place.written(key, place.use(key))
    locked = Locked(place, key)
    wait_until(lambda: int(time.time()) > place.used_at(key), PATIENCE, "another second")
    since = place.use(key)
    place.stack.service.kill()
    locked.release()
    place.stack.service.start()
    place.written(key, since)


def test_the_keeper_may_die(place):
    key = place.add_key()
    locked = Locked(place, key)
    since, before = place.use(key), failures(place)
    wait_until(lambda: failures(place) > before, PATIENCE, "a failure", place.stack.service.process.log)
    for pid in place.stack.service.workers("keeper"):
        os.kill(pid, signal.SIGKILL)
    locked.release()
    place.written(key, since)


def test_keys_that_push_each_other_out(new_stack):
    """Far more keys than are remembered: each use is written all the same, and no request fails."""
    place = Place(new_stack, remembers=True, settings={"keys": {"remembered": REMEMBERED}})
    keys = [place.add_key() for _ in range(3 * REMEMBERED)]
    for _ in range(2):
        since = [place.use(key) for key in keys]
        for key, at in zip(keys, since):
            # One that lost its place is written to the minute, as without a memory.
            place.written(key, at - 60)
            assert place.row(key)[1] == "127.0.0.1"
    place.db.close()


def test_a_key_too_large_to_be_remembered_whole(place):
    key = place.add_key(allowed_ips=["127.0.0.1", *LONG])
    before = place.updates()
    place.written(key, place.use(key))
    place.written(key, place.use(key))
    assert place.updates() == before, "written by the keeper, as of the others"


def test_without_a_memory(new_stack):
    place = Place(new_stack, remembers=False)
    key = place.add_key()
    since = place.use(key)
    assert place.used_at(key) >= since, "written at once"
    place.db.close()
    check_reports(place.stack)


def test_it_never_goes_back(place):
    """The clock of another host was ahead: what it wrote stays until the truth has come up to it."""
    key, ahead = place.add_key(), int(time.time()) + 1000
    with place.db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET last_used_at = %s, last_used_ip = '::1' WHERE id = %s",
                       (ahead, key["id"]))
    other = place.add_key()
    place.use(key)
    place.written(other, place.use(other))
    place.stack.service.restart()
    assert place.row(key) == (ahead, "::1")
