"""Right texts that are refused end up in the audit: dead keys, which somebody still has, living ones that try
what they may not, and wrong passwords.  However many there are, they are a few rows."""

import json
import os
import secrets
import signal
import time

import pymysql
import pytest

import world as worlds
from api_kit import ask, counted
from conftest import Api, Org, SEEN_SECRETS
from process import children_of
from test_api_audit import events


def until(found, what, seconds=5):
    """The first true answer of found(); at most so many seconds."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return answer


def denied(org, action="key.denied", **want):
    """The events of refusals that say so, once there is one; newest first."""
    def found():
        return [e for e in events(org, "action=" + action) if
                all((e["after"].get(name) if name in ("reason", "count") else e[name]) == value
                    for name, value in want.items())]
    return until(found, f"no {action} with {want}")


DEATHS = {
    "revoked": lambda org, key, db: org.admin.must("DELETE", f"{org.path}/keys/{key['id']}"),
    "expired": lambda org, key, db: db.cursor().execute(
        "UPDATE api_key SET expires_at = 1 WHERE id = %s", (key["id"],)),
    "kind_disabled": lambda org, key, db: org.admin.must("PATCH", org.path + "/policy",
                                                         {"personal_tokens_enabled": False}),
}


@pytest.mark.parametrize("reason", DEATHS)
@pytest.mark.parametrize("door", ["api", "authorizer"])
def test_c10_a_dead_key_is_a_tripwire(org, db, world, web, reason, door):
    """Through each web server and both doors: the key, whose it was, from where, why, and the request."""
    key = org.add_key("personal", expires_in_days=30)
    DEATHS[reason](org, key, db)
    base, path = (web.base_url, "/v1/self") if door == "api" else (web.protected_url, f"/org/{org.id}/x")
    answer = Api(base, key["token"]).get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, reason)
    [event] = denied(org, key=key["id"])
    assert event["after"]["reason"] == reason and event["after"]["count"] == 1
    assert (event["actor"], event["actor_type"], event["address"]) == (world.ADMIN, "user", "127.0.0.1")
    assert event["request_id"] == answer.headers["x-request-id"]
    assert (event["at"], event["before"]) == (event["after"]["last"], None)


def test_a_dead_key_whose_text_somebody_asks_about(org, base_url):
    """At /v1/verify and at introspection; from the address that is said, or from none."""
    key, asker = org.add_key("organization", permission="read"), org.add_key("organization", permission="read")
    org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
    Api(base_url, asker["token"]).must("POST", "/v1/verify", {"token": key["token"], "action": "read",
                                                               "ip": "203.0.113.9"})
    [event] = denied(org, key=key["id"], address="203.0.113.9")
    assert (event["actor"], event["actor_type"], event["after"]["reason"]) == (org.id, "organization", "revoked")


@pytest.fixture
def base_url(stack):
    return stack.web.base_url


def test_a_living_key_that_may_not(org, web):
    """Each rule: what a key tried that it may not, with the reason that it was told."""
    reader = org.add_key("organization", permission="read")
    elsewhere = org.add_key("provider", scopes=["read"], allowed_ips=["192.0.2.0/24"])
    cases = [
        (reader["id"], reader["token"], "PATCH", org.path, {"name": "x"}, "scope"),
        (reader["id"], reader["token"], "POST", org.path + "/keys", {"kind": "provider"}, "session_required"),
        (elsewhere["id"], elsewhere["token"], "GET", org.path, None, "address"),
    ]
    for key, token, method, path, body, reason in cases:
        answer = Api(web.base_url, token).request(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, reason), answer.text
        [event] = denied(org, key=key, reason=reason)
        assert event["request_id"] == answer.headers["x-request-id"]


def test_a_session_that_may_not(org):
    member, user = org.add_member()
    assert member.patch(org.path, json={"name": "x"}).status_code == 403
    [event] = denied(org, "session.denied", actor=user)
    assert (event["key"], event["after"]["reason"]) == (None, "role")


def test_what_is_no_refusal_of_a_right_text(org, api):
    member, _ = org.add_member()
    key = org.add_key("organization", permission="read")
    before = len(events(org))
    wrong = key["token"][:-1] + ("0" if key["token"][-1] != "0" else "1")
    for client in (api.using(wrong), api.using("dk_nothing"), api.using(None)):
        assert client.get(org.path).status_code == 401
    assert api.using(key["token"]).get(org.path).status_code == 200
    assert member.get(org.path + "/keys/key_none").status_code == 404
    assert member.post(org.path + "/keys", json={}).status_code == 422
    # What comes after them is there, and they are not.
    org.admin.must("PATCH", org.path, {"name": "x"})
    time.sleep(1.5)
    assert len(events(org)) == before + 1


# --- log-ins ---

def test_log_ins_good_and_bad(org, new_org, api, stack):
    """In each organization of who it is about; a good one at once, with the browser."""
    other = new_org()
    email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
    _, user = org.add_member(email)
    other.admin.must("POST", other.path + "/members", {"email": email, "role": "member"})
    stack.service.must("user", "passwd", "--password-stdin", email, stdin=password + "\n")
    SEEN_SECRETS.add(password)
    assert api.using(None).post("/v1/session", {"email": email, "password": "not " + password}).status_code == 401
    for where in (org, other):
        [event] = denied(where, "login.denied", actor=user)
        assert (event["actor_type"], event["address"], event["key"]) == ("user", "127.0.0.1", None)
        assert event["after"]["reason"] == "password"
    answer = api.using(None).post("/v1/session", {"email": email.upper(), "password": password},
                                  headers={"User-Agent": "Browser/1 <\u00e9>".encode()})
    assert answer.status_code == 200
    for where in (org, other):
        event = events(where, f"action=login&actor={user}")[0]
        assert event["after"] == {"agent": "Browser/1 <\u00e9>"}
        assert event["request_id"] == answer.headers["x-request-id"]
    before = len(events(org))
    assert api.using(None).post("/v1/session", {"email": "nobody@test.example",
                                                "password": password}).status_code == 401
    time.sleep(1.5)
    assert len(events(org)) == before


# --- how many rows ---

class Place:
    def __init__(self, stack):
        self.stack = stack
        email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
        worlds.bootstrap(stack.service, "First", email, password, "Admin")
        self.org = Org(Api(stack.web.base_url), Api(stack.web.base_url).log_in(email, password), "Denied")
        self.key = self.org.add_key("organization", permission="read")
        self.org.admin.must("DELETE", f"{self.org.path}/keys/{self.key['id']}")

    def present(self, times):
        for n in range(times):
            base, path = ((self.stack.web.base_url, "/v1/self"),
                          (self.stack.web.protected_url, f"/org/{self.org.id}/x"))[n % 2]
            assert ask(base, "GET", path, self.key["token"]).status == 401

    def counts(self):
        """How often each row says, oldest first, by the database: it outlives the service."""
        connection = pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                                     database="claviger")
        with connection.cursor() as cursor:
            cursor.execute("SELECT after_change FROM audit WHERE action = 'key.denied' AND key_id = %s ORDER BY id",
                           (self.key["id"],))
            rows = [json.loads(row[0])["count"] for row in cursor.fetchall()]
        connection.close()
        return rows


def test_many_are_a_few_rows_and_none_is_lost(new_stack):
    """The first at once, the rest within a minute, and what is left when the service stops."""
    stack = new_stack()
    place = Place(stack)
    place.present(1)
    until(lambda: place.counts() == [1], "not at once")
    place.present(99)
    time.sleep(2)
    assert place.counts() == [1], "a row within the minute"
    stack.service.stop()
    assert place.counts() == [1, 99]
    assert stack.service.run("audit", "verify").returncode == 0


def test_they_outlive_the_keeper_a_reload_and_the_database(new_stack):
    stack = new_stack()
    place = Place(stack)
    place.present(1)
    until(lambda: place.counts() == [1], "not at once")
    place.present(20)
    before = set(children_of(stack.service.process.pid))
    for pid in before:  # all of them, the keeper as well
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(children_of(stack.service.process.pid)) - before) == len(before), "not replaced", 20)
    stack.wait_ready()
    place.present(20)
    stack.service.process.send(signal.SIGHUP)
    until(lambda: stack.get_status(stack.web.port, "/readyz") == 200, "not reloaded", 20)
    place.present(20)
    stack.database.stop()
    time.sleep(1.5)
    stack.database.start()
    stack.wait_ready()
    place.present(20)
    stack.service.stop()
    assert sum(place.counts()) == 81
    assert len(place.counts()) <= 4


def test_none_was_lost(stack):
    assert counted(stack.web.base_url, "claviger_denials_lost_total") == 0
