"""Mail sent by the service itself: once, whoever dies, and without holding up anything."""

import concurrent.futures
import json
import os
import signal
import time

import pymysql
import pytest

from conftest import Api
from mailbox_server import Server
from process import alive, wait_until
from test_mail_remind import DAY

PASSWORD = "correct horse battery staple 7"


class House:
    """A stack that sends to a server of ours, with an organization and keys that end soon."""

    def __init__(self, stack, server):
        self.stack, self.server = stack, server
        stack.service.must("user", "add", "--name", "Ada", "--password-stdin", "ada@test.example", stdin=PASSWORD)
        self.org = stack.service.must("org", "add", "--admin", "ada@test.example", "Acme").strip()
        self.ada = Api(stack.web.base_url).log_in("ada@test.example", PASSWORD)

    def query(self, text, *args):
        with pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                             database="claviger", autocommit=True, cursorclass=pymysql.cursors.DictCursor) as db, \
                db.cursor() as cursor:
            cursor.execute(text, args)
            return cursor.fetchall()

    def key(self, ends_in=7 * DAY - 60):
        key = self.ada.must("POST", f"/v1/organizations/{self.org}/keys",
                            {"kind": "personal", "name": os.urandom(5).hex(), "expires_in_days": 90})
        ends = int(time.time()) + ends_in
        self.query("UPDATE api_key SET created_at = %s, expires_at = %s WHERE id = %s", ends - 90 * DAY, ends, key["id"])
        return key

    def letters(self, key):
        return [letter for letter in self.server.letters if key["name"] in letter.message["Subject"]]

    def row(self, key):
        rows = self.query("SELECT * FROM outbox WHERE key_id = %s", key["id"])
        assert len(rows) <= 1
        return rows[0] if rows else {"state": None}

    def until(self, key, state):
        wait_until(lambda: self.row(key)["state"] == state, 20, f"{state}: {self.row(key)}", self.stack.service.process.log)

    def until_hanging(self):
        wait_until(lambda: self.server.hanging > 0, 20, "a letter on its way", self.stack.service.process.log)

    def come_due(self):
        self.query("UPDATE outbox SET next_at = UNIX_TIMESTAMP() WHERE ended_at IS NULL")

    def metrics(self):
        text = Api(self.stack.web.base_url).get("/metrics").text
        return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))

    def mailer(self):
        [pid] = self.stack.service.workers("mailer")
        return pid


@pytest.fixture
def house(new_stack):
    with Server() as server:
        stack = new_stack(settings={"mail": {"server": server.url, "from": "keys@example.org", "tls": "off",
                                             "timeout": 30}})
        yield House(stack, server)
        server.mood = "well"


def test_without_being_asked(house):
    key = house.key()
    house.stack.service.restart()
    house.until(key, "sent")
    assert len(house.letters(key)) == 1
    wait_until(lambda: house.metrics()['claviger_mails_total{result="sent"}'] == "1" and
               house.metrics()["claviger_mails_waiting"] == "0", 10, "counted")
    house.stack.service.restart()
    other = house.key()
    house.stack.service.reload()
    house.until(other, "sent")
    assert len(house.letters(key)) == len(house.letters(other)) == 1
    assert house.query("SELECT COUNT(*) AS n FROM reminder")[0]["n"] == 2


def test_a_refusal_is_counted_and_logged(house):
    key = house.key()
    house.server.rcpt["ada@test.example"] = "550 5.1.1 nobody here"
    house.stack.service.restart()
    house.until(key, "failed")
    wait_until(lambda: house.metrics()['claviger_mails_total{result="failed"}'] == "1", 30, "counted")
    log = [json.loads(line) for line in open(house.stack.service.process.log) if "mail_failed" in line]
    assert [(line["id"], line["why"]) for line in log] == [(house.row(key)["id"], "550 5.1.1 nobody here")]


def test_a_server_that_hangs_holds_up_nothing(house):
    """Meanwhile keys are used, and when they were is written down; and the service ends when it is told to."""
    key = house.key()
    house.server.mood = "hang"
    house.stack.service.restart()
    house.until_hanging()
    used = house.key(ends_in=80 * DAY)
    assert Api(house.stack.web.base_url, used["token"]).get("/v1/self").status_code == 200
    wait_until(lambda: house.query("SELECT last_used_at FROM api_key WHERE id = %s", used["id"])[0]["last_used_at"],
               10, "the use was noted")
    assert house.row(key)["state"] == "sending"
    mailer = house.mailer()
    house.stack.service.stop()
    assert not alive(mailer)
    # Nobody can know whether the server took it; it said nothing, so it is tried again.
    assert house.row(key)["state"] == "waiting" and "stopped while" in house.row(key)["last_error"]
    house.server.mood = "well"
    house.come_due()
    house.stack.service.start()
    house.until(key, "sent")
    assert len({letter.id for letter in house.letters(key)}) == 1


@pytest.mark.parametrize("how", ["stop", "reload"])
def test_a_letter_on_its_way_is_waited_for(house, how):
    key = house.key()
    house.server.mood = "hang"
    house.stack.service.restart()
    house.until_hanging()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = pool.submit(getattr(house.stack.service, how))
        time.sleep(0.5)
        house.server.mood = "well"
        done.result()
    house.until(key, "sent")
    if how == "stop":
        house.stack.service.start()
    house.come_due()
    time.sleep(3)
    assert len(house.letters(key)) == 1


def test_a_mailer_that_is_killed(house):
    """The letter it had is another's when its time is over; nothing else is touched."""
    key = house.key()
    house.server.mood = "hang"
    house.stack.service.restart()
    house.until_hanging()
    victim = house.mailer()
    os.kill(victim, signal.SIGKILL)
    house.server.letters.clear()
    wait_until(lambda: house.stack.service.workers("mailer") not in ([], [victim]), 30, "another mailer")
    assert house.row(key)["state"] == "sending"
    house.server.mood = "well"
    time.sleep(3)
    assert house.row(key)["state"] == "sending", "it may still be on its way"
    house.server.letters.clear()
    house.come_due()
    house.until(key, "sent")
    assert len(house.letters(key)) == 1


def test_the_master_is_killed(house):
    house.key()
    house.server.mood = "hang"
    house.stack.service.restart()
    house.until_hanging()
    mailer = house.mailer()
    house.stack.service.kill()
    wait_until(lambda: not alive(mailer), 15, "the mailer ended")
    house.stack.service.process.sweep()


def test_the_database_ends_before_it_is_marked(house):
    """The server took it; what is not written down then would be sent again."""
    key = house.key()
    house.server.mood = "hang"
    house.stack.service.restart()
    house.until_hanging()
    house.stack.database.stop()
    house.server.mood = "well"
    wait_until(lambda: house.letters(key), 30, "taken")
    time.sleep(2)
    house.stack.database.start()
    house.until(key, "sent")
    house.come_due()
    time.sleep(3)
    assert len(house.letters(key)) == 1


def test_an_outbox_that_cannot_grow(house):
    """No room for a new message is no reason to keep back the others; it is put in when there is room."""
    key = house.key()
    house.stack.service.restart()
    house.until(key, "sent")
    house.query("CREATE TRIGGER no_room BEFORE INSERT ON outbox FOR EACH ROW "
                "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'")
    other = house.key()
    house.query("UPDATE outbox SET state = 'waiting', ended_at = NULL, next_at = 1 WHERE key_id = %s", key["id"])
    house.stack.service.restart()
    wait_until(lambda: len(house.letters(key)) == 2, 20, "what was there before is sent")
    wait_until(lambda: '"doing":"look","fault":"DATABASE_FULL"' in open(house.stack.service.process.log).read(), 20, "told")
    assert house.query("SELECT COUNT(*) AS n FROM reminder WHERE key_id = %s", other["id"])[0]["n"] == 0
    house.query("DROP TRIGGER no_room")
    house.until(other, "sent")
    assert len(house.letters(other)) == 1


def test_hundreds_wait_for_a_server_that_is_away(house):
    """It is asked by one letter, not by all of them; then they come in their order, each once."""
    key = house.key()
    house.server.stop()
    house.stack.service.restart()
    house.until(key, "waiting")
    house.query("INSERT INTO outbox (id, template, user_id, org_id, key_id, expires_at, days, state, created_at, next_at, "
                "good_until) SELECT CONCAT('eml_', LPAD((seq * 7919) %% 200, 5, '0')), template, user_id, org_id, key_id, "
                "expires_at, days, 'waiting', created_at, UNIX_TIMESTAMP() - 200 + (seq * 7919) %% 200, good_until "
                "FROM outbox JOIN seq_1_to_200 WHERE key_id = %s", key["id"])
    wait_until(lambda: house.metrics()["claviger_mails_waiting"] == "201", 20, "counted")
    house.stack.service.restart()
    wait_until(lambda: house.query("SELECT SUM(attempts) AS n FROM outbox")[0]["n"] >= 2, 20, "asked")
    house.server.start()
    house.stack.service.restart()
    wait_until(lambda: house.query("SELECT COUNT(*) AS n FROM outbox WHERE ended_at IS NULL")[0]["n"] <= 2, 60, "sent")
    # The first of each start asked, and is not tried again so soon.
    ids = [letter.id[1:10] for letter in house.letters(key) if letter.id.startswith("<eml_0")]
    assert [id for id in ids if id != "eml_00000"] == [f"eml_{n:05}" for n in range(1, 200)]


def test_many_senders(house):
    """The service and commands at the same time: each letter once."""
    keys = [house.key() for _ in range(40)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [pool.submit(house.stack.service.run, "remind", "--json") for _ in range(3)]
        house.stack.service.restart()
        assert {run.result().returncode for run in runs} == {0}
    wait_until(lambda: house.query("SELECT COUNT(*) AS n FROM outbox WHERE state = 'sent'")[0]["n"] == 40, 30, "all sent")
    assert [len(house.letters(key)) for key in keys] == [1] * 40


def test_no_server_no_mailer(stack):
    assert stack.service.workers("mailer") == []
    assert len(stack.service.workers("keeper")) == 1
