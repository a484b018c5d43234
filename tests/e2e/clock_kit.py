"""clock_kit.py: a service whose clock is the test's, with people in it and a mail server of our own.

It needs the program that was built with --enable-testing; contrib/check builds it beside the other.  The
time of the database stays the system's: no rule may depend on it.
"""

import json
import mmap
import os
import struct
import time
from datetime import datetime, timedelta, timezone

import pymysql
import pytest

from conftest import SEEN_SECRETS, Api, find_testing_program
from mailbox_server import Server
from process import wait_until
from world import new_password

DAY = 86400
SHIFT = "CLAVIGER_TEST_CLOCK"


class Clock:
    """By how many seconds the clock of the service differs from the system's."""

    def __init__(self, path):
        self.path, self.shift = str(path), 0
        with open(path, "w+b") as f:
            f.write(bytes(8))
            f.flush()
            self.shared = mmap.mmap(f.fileno(), 8)

    def set(self, shift):
        self.shift = int(shift)
        struct.pack_into("=q", self.shared, 0, self.shift)

    def move(self, **delta):
        self.set(self.shift + timedelta(**delta).total_seconds())

    def move_to(self, at):
        """To this second, and into it: so that it is not the one before."""
        self.set(at - time.time() + 0.5 + 0.5)

    @property
    def now(self):
        return time.time() + self.shift


def seconds(text):
    """An instant as the service writes it."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def text_of(at):
    return datetime.fromtimestamp(int(at), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Person:
    """Somebody who logs in again whenever the last session is over."""

    def __init__(self, house, email, password, name):
        self.house, self.email, self.password, self.name = house, email, password, name
        self.id, self.session, self.until = None, None, (0, 0)

    @property
    def api(self):
        """Logged in, for the next eleven hours of the service."""
        since, until = self.until
        if not since <= self.house.clock.now < until:
            self.session = self.house.api.log_in(self.email, self.password)
            self.until = (self.house.clock.now, self.house.clock.now + 11 * 3600)
        return self.session


class House:
    """A stack with a clock and a mailbox: an organization with two admins and a member."""

    def __init__(self, stack, server, clock):
        self.stack, self.server, self.clock = stack, server, clock
        self.api = Api(stack.web.base_url)
        self.boss, self.deputy, self.ada = (
            Person(self, f"{name.lower()}@life.example", new_password(), name) for name in ("Boss", "Deputy", "Ada"))
        for person in (self.boss, self.deputy, self.ada):
            SEEN_SECRETS.add(person.password)
            stack.service.must("user", "add", "--name", person.name, "--password-stdin", person.email,
                               stdin=person.password)
        self.org = stack.service.must("org", "add", "--admin", self.boss.email, "Acme").strip()
        self.path = f"/v1/organizations/{self.org}"
        for person, role in ((self.deputy, "admin"), (self.ada, "member")):
            person.id = self.boss.api.must("POST", self.path + "/members", {"email": person.email, "role": role})["id"]

    def query(self, text, *args):
        with pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                             database="claviger", autocommit=True, cursorclass=pymysql.cursors.DictCursor) as db, \
                db.cursor() as cursor:
            cursor.execute(text, args)
            return cursor.fetchall()

    def ask(self, token, path="/v1/self", method="GET"):
        """Status and code of a request with a key."""
        answer = self.api.using(token).request(method, path)
        return answer.status_code, None if answer.is_success else answer.json()["code"]

    def settle(self):
        """All that is due now is said: by the service or by this command, whoever comes first."""
        done = self.stack.service.run("remind", "--json")
        assert done.returncode == 0, done.stderr
        wait_until(lambda: self.query("SELECT COUNT(*) AS n FROM outbox WHERE ended_at IS NULL")[0]["n"] == 0, 30,
                   "the outbox is empty", self.stack.service.process.log)

    def letters(self, name):
        """Who was told of a key, in the order of the mails: pairs of an address and how it is put."""
        return [(letter.to[0], letter.message["Subject"].partition(f'"{name}" ')[2]) for letter in self.server.letters
                if f'"{name}"' in letter.message["Subject"]]

    def log(self, event):
        with open(self.stack.service.process.log) as f:
            return [e for e in map(json.loads, f) if e["event"] == event]


@pytest.fixture(scope="module")
def testing(program):
    """The program whose clock can be shifted."""
    found = find_testing_program(program)
    if found is None:
        pytest.skip("no program with --enable-testing: contrib/check builds it")
    return found


def make_house(new_stack_session, testing, directory, started, **settings):
    """A running house; its server of mail and its stack are put into started, to be ended."""
    server = Server().start()
    started.append(server)
    clock = Clock(os.path.join(directory, "clock"))
    stack = new_stack_session(program=testing, env={SHIFT: clock.path}, settings={
        "mail": {"server": server.url, "from": "keys@example.org", "tls": "off"},
        "service": {"base_url": "https://keys.example.org"}, **settings})
    started.append(stack)
    return House(stack.start(), server, clock)


def end_house(started):
    left = [what for one in reversed(started) for what in one.stop() or []]
    assert not left, f"these left processes behind: {left}"
