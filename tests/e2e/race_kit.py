"""race_kit.py: two changes of one thing at the same time, in an order that is known or in none.

Every change of an organization waits for its row.  So a test that holds this row can let two requests come that
far one after the other, both already let in, and then let them go: the first of them wins, whatever it is.
"""

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pymysql
import world as worlds
from conftest import SEEN_SECRETS, Api
from world import Client

ARRIVES_WITHIN = 15  # seconds

# Those who stand in the queue for the row to change it; the keeper may wait as well, but not in this way.  Only the
# engine knows: the list of processes shows a statement that has begun and is not in the queue yet, and the engine's
# table of transactions is up to 100 ms old.
WAITING = r" FROM {table} WHERE[^\n]* FOR UPDATE\n-+ TRX HAS BEEN WAITING"


class Database:
    def __init__(self, stack):
        self.stack = stack

    def connect(self, **more):
        return pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                               database="claviger", cursorclass=pymysql.cursors.DictCursor, **more)

    def rows(self, text, *args):
        with self.connect(autocommit=True) as db, db.cursor() as cursor:
            cursor.execute(text, args)
            return cursor.fetchall()


class Gate:
    """A row that is held: requests that need it come as far as that, one after the other, until it is opened."""

    def __init__(self, database, table, row):
        self.database, self.table, self.row = database, table, row

    def __enter__(self):
        self.held, self.watch = self.database.connect(), self.database.connect(autocommit=True)
        with self.held.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {self.table} WHERE id = %s FOR UPDATE", self.row)
            assert cursor.fetchone()
        return self

    def __exit__(self, *_):
        self.held.close()
        self.watch.close()

    def arrived(self, number, *asked):
        """So many wait, or have their answer already, without having needed the row."""
        end = time.monotonic() + ARRIVES_WITHIN
        while True:
            with self.watch.cursor() as cursor:
                cursor.execute("SHOW ENGINE INNODB STATUS")
                waiting = len(re.findall(WAITING.format(table=self.table), cursor.fetchone()["Status"]))
            if waiting + sum(one.done() for one in asked) >= number:
                return
            assert time.monotonic() < end, f"{waiting} wait of {number}"
            time.sleep(0.005)

    def open(self):
        self.held.rollback()


def in_order(gate, first, second):
    """Both are let in before either has changed anything; then the first is first."""
    with ThreadPoolExecutor(2) as crowd, gate:
        one = crowd.submit(first)
        gate.arrived(1, one)
        two = crowd.submit(second)
        gate.arrived(2, one, two)
        gate.open()
        return one.result(), two.result()


def at_once(first, second):
    with ThreadPoolExecutor(2) as crowd:
        one, two = crowd.submit(first), crowd.submit(second)
        return one.result(), two.result()


def outcome(answer):
    """How an answer is written in a table of races: its status, and the code of a refusal."""
    body = answer.json() if answer.text.strip() else None
    if isinstance(body, dict) and isinstance(body.get("token"), str):
        SEEN_SECRETS.add(body["token"])
    return str(answer.status) if answer.status < 400 else f"{answer.status} {answer.code}"


class People:
    """Two admins and a member, for all organizations."""

    def __init__(self, stack):
        api = Api(stack.web.base_url)
        self.base_url, self.ids, self.clients, self.emails = stack.web.base_url, {}, {}, {}
        self.credentials = {}
        for name in ("boss", "deputy", "ann", "ben"):
            email, password = f"{name}@race.example", worlds.new_password()
            stack.service.must("user", "add", "--name", name, "--password-stdin", email, stdin=password)
            self.clients[name] = Client(self.base_url, api.log_in(email, password).token)
            self.ids[name] = self.clients[name].must("GET", "/v1/self")["id"]
            self.emails[name] = email
            self.credentials[name] = (email, password)


class Place:
    """A fresh organization: boss and deputy are its admins, ann is a member, ben is nobody in it."""

    def __init__(self, stack, people):
        self.stack, self.people = stack, people
        boss = people.clients["boss"]
        self.id = boss.must("POST", "/v1/organizations", {"name": secrets.token_hex(6)})["id"]
        self.path = f"/v1/organizations/{self.id}"
        self.must("POST", "/members", {"email": people.emails["deputy"], "role": "admin"})
        self.must("POST", "/members", {"email": people.emails["ann"], "role": "member"})

    def must(self, method, path, body=None, by="boss"):
        answer = self.people.clients[by].ask(method, self.path + path, body)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        outcome(answer)
        return answer.json() if answer.text.strip() else None

    def ask(self, method, path, body=None, by="boss"):
        """A change that is made later, when it is called."""
        return lambda: outcome(self.people.clients[by].ask(method, self.path + path, body))

    def kill(self, token):
        """Whoever is told that too much is verified at the moment asks again (RFC 7009 section 2.2.1)."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}

        def ask():
            end = time.monotonic() + ARRIVES_WITHIN
            while True:
                told = outcome(Client(self.people.base_url).ask("POST", "/oauth/revoke", f"token={token}", form))
                if told != "503 busy" or time.monotonic() > end:
                    return told
                time.sleep(0.1)
        return ask

    def lives(self, token):
        return Client(self.people.base_url, token).ask("GET", "/v1/self").status == 200

    def user(self, name):
        return self.people.ids[name]

    def add_key(self, kind, by="boss", **wish):
        return self.must("POST", "/keys", {"kind": kind, "name": secrets.token_hex(6), **wish}, by)

    def add_machine(self, expires_in="30d"):
        return self.must("POST", "/machines", {"name": secrets.token_hex(6), "expires_in": expires_in})

    def add_resource(self, kind, by="boss", **wish):
        return self.must("POST", "/resources", {"type": kind, "name": secrets.token_hex(6), **wish}, by)["id"]


# What must be so in the database whoever wins; each statement finds what is wrong.
WRONG = {
    "an organization without an admin":
        "SELECT o.id FROM organization o WHERE o.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM membership m "
        "WHERE m.org_id = o.id AND m.left_at IS NULL AND m.role = 'admin')",
    "a living key of a machine that is gone":
        "SELECT k.id FROM api_key k JOIN machine x ON x.org_id = k.org_id AND x.id = k.machine_id "
        "WHERE x.deleted_at IS NOT NULL AND k.ended_at IS NULL",
    "two living keys of one machine":
        "SELECT machine_id AS id FROM api_key WHERE machine_id IS NOT NULL AND ended_at IS NULL "
        "GROUP BY org_id, machine_id HAVING COUNT(*) > 1",
    "a place in a team of somebody who is gone":
        "SELECT s.team_id AS id FROM team_member s LEFT JOIN membership m ON m.org_id = s.org_id AND "
        "m.id = s.membership_id LEFT JOIN machine x ON x.org_id = s.org_id AND x.id = s.machine_id "
        "WHERE m.left_at IS NOT NULL OR x.deleted_at IS NOT NULL",
    "a role of somebody who is gone":
        "SELECT g.subject_id AS id FROM role_grant g LEFT JOIN membership m ON m.org_id = g.org_id AND "
        "m.id = g.membership_id LEFT JOIN machine x ON x.org_id = g.org_id AND x.id = g.machine_id "
        "WHERE m.left_at IS NOT NULL OR x.deleted_at IS NOT NULL",
    "two places of one user in one organization":
        "SELECT user_id AS id FROM membership WHERE left_at IS NULL GROUP BY org_id, user_id HAVING COUNT(*) > 1",
    "a resource that is restricted to and is gone":
        "SELECT t.key_id AS id FROM key_restriction t LEFT JOIN resource r ON r.org_id = t.org_id AND "
        "r.id = t.resource_id WHERE r.id IS NULL",
    "a key that ended without an event, or with two":
        "SELECT k.id FROM api_key k WHERE k.machine_id IS NULL AND (k.ended_at IS NOT NULL) <> (SELECT COUNT(*) "
        "FROM audit a WHERE a.org_id = k.org_id AND a.target_id = k.id AND a.action = 'key.end')",
    "a key that was made without an event, or with two":
        "SELECT k.id FROM api_key k WHERE 1 <> (SELECT COUNT(*) FROM audit a WHERE a.org_id = k.org_id "
        "AND a.target_id = k.id AND a.action = 'key.create')",
    "an epoch that is not that of the changes":
        "SELECT o.id FROM organization o WHERE o.epoch < (SELECT COUNT(*) FROM audit a WHERE a.org_id = o.id AND "
        "a.action IN ('policy.set', 'member.add', 'member.role', 'member.leave', 'team.delete', 'team.add', "
        "'team.remove', 'machine.delete', 'resource.delete', 'grant.set', 'grant.remove', 'key.end', 'key.renew'))",
}


def check_rows(database):
    found = {what: [row["id"] for row in database.rows(text)] for what, text in WRONG.items()}
    assert not any(found.values()), {what: ids for what, ids in found.items() if ids}
