"""The Idempotency-Key header: what is sent twice is done once, and answered the same."""

import secrets
import threading
import time

import pymysql
import pytest

from api_kit import base_url, fresh_stack, is_refused, secret  # noqa: F401
from process import wait_until
from world import Client


def send(client, path, body, key, method="POST"):
    """One request with an Idempotency-Key, as it goes over the wire."""
    return Client(client.base_url, client.token).ask(method, path, body, {"Idempotency-Key": key})


def new_key():
    return secret('"' + secrets.token_hex(16) + '"')


def key_wish(**more):
    return {"kind": "organization", "name": secrets.token_hex(6), "permission": "read", **more}


def is_same(first, second):
    assert (second.status, second.text) == (first.status, first.text)
    assert second.headers["Content-Type"] == "application/json" and second.headers["Cache-Control"] == "no-store"
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def counted(db, table, org):
    with db.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) AS n FROM {table} WHERE org_id = %s", (org.id,))
        return cursor.fetchone()["n"]


# Each with what it makes, and the table where that would be twice.
MAKERS = {
    "keys": lambda org: (key_wish(), "api_key"),
    "machines": lambda org: ({"name": secrets.token_hex(6), "expires_in": "30d"}, "machine"),
    "members": lambda org: ({"email": secrets.token_hex(6) + "@test.example", "role": "member"}, "membership"),
    "teams": lambda org: ({"name": secrets.token_hex(6)}, "team"),
    "resources": lambda org: ({"type": "space", "name": secrets.token_hex(6)}, "resource"),
}


@pytest.mark.parametrize("what", MAKERS)
def test_what_is_sent_twice_is_made_once(org, db, what):
    wish, table = MAKERS[what](org)
    before, events, key = counted(db, table, org), counted(db, "audit", org), new_key()
    first = send(org.admin, f"{org.path}/{what}", wish, key)
    assert first.status == 201, first.text
    made = counted(db, "audit", org) - events
    for _ in range(3):
        is_same(first, send(org.admin, f"{org.path}/{what}", wish, key))
    assert counted(db, table, org) == before + 1
    assert counted(db, "audit", org) == events + made, "told in the audit again"
    again = send(org.admin, f"{org.path}/{what}", wish, new_key())
    if what in ("keys", "resources"):  # names may be there twice
        assert again.status == 201 and again.json()["id"] != first.json()["id"]
    else:
        assert again.status == 409


def test_an_organization_is_made_once(api, world):
    wish, key = {"name": secrets.token_hex(6)}, new_key()
    first = send(world.admin, "/v1/organizations", wish, key)
    assert first.status == 201
    is_same(first, send(world.admin, "/v1/organizations", wish, key))


def test_a_new_text_is_given_once(org):
    """A key that gets a new text has the one that both answers tell."""
    space = org.add_key("space", scopes=["full"], expires_at="2099-12-31")
    machine = org.add_machine("30d")
    for path, wish in ((f"{org.path}/keys/{space['id']}/refresh", {}),
                       (f"{org.path}/machines/{machine['machine']['id']}/key", {"expires_in": "30d"})):
        key = new_key()
        first = send(org.admin, path, wish, key)
        assert first.status == 200
        is_same(first, send(org.admin, path, wish, key))
        token = secret(first.json()["token"])
        assert Client(org.admin.base_url, token).ask("GET", "/v1/self").status == 200


def test_the_body_may_be_missing_both_times(org):
    space, key = org.add_key("space", scopes=["full"], expires_at="2099-12-31"), new_key()
    path = f"{org.path}/keys/{space['id']}/refresh"
    first = send(org.admin, path, None, key)
    secret(first.json()["token"])
    is_same(first, send(org.admin, path, None, key))
    is_refused(send(org.admin, path, {}, key), 422, "idempotency_reused")


def test_another_body_is_refused(org, db):
    key, wish = new_key(), key_wish()
    first = send(org.admin, org.path + "/keys", wish, key)
    assert first.status == 201
    secret(first.json()["token"])
    for other in ({**wish, "name": "other"}, {**wish, "description": None}):
        is_refused(send(org.admin, org.path + "/keys", other, key), 422, "idempotency_reused")
    assert counted(db, "api_key", org) == 1


def test_quotes_are_no_part_of_it(org):
    key, wish = new_key(), key_wish()
    first = send(org.admin, org.path + "/keys", wish, key)
    secret(first.json()["token"])
    is_same(first, send(org.admin, org.path + "/keys", wish, key.strip('"')))


def test_what_was_refused_is_tried_anew(org):
    key = new_key()
    is_refused(send(org.admin, org.path + "/keys", key_wish(permission="all"), key), 422, "bad_field")
    made = send(org.admin, org.path + "/keys", key_wish(), key)
    assert made.status == 201
    secret(made.json()["token"])


def test_it_belongs_to_a_credential_and_an_address(api, new_org):
    """The same words of somebody else, in another session, or for another address are another request."""
    org, other = new_org("One"), new_org("Two")
    deputy, _ = org.add_member(role="admin")
    key, wish = new_key(), key_wish()
    asked = [(org.admin, org), (org.admin, other), (deputy, org)]
    answers = [send(client, place.path + "/keys", wish, key) for client, place in asked]
    assert [a.status for a in answers] == [201] * 3
    assert len({a.json()["id"] for a in answers}) == len({secret(a.json()["token"]) for a in answers}) == 3
    for (client, place), first in zip(asked, answers):
        is_same(first, send(client, place.path + "/keys", wish, key))
    # a machine's key makes things, too
    token = org.add_machine("30d")
    org.grant(org.id, token["machine"]["id"], "admin")
    robot = Client(org.admin.base_url, token["token"])
    first = send(robot, org.path + "/teams", {"name": "Team"}, key)
    assert first.status == 201
    is_same(first, send(robot, org.path + "/teams", {"name": "Team"}, key))
    is_refused(send(org.admin, org.path + "/teams", {"name": "Team"}, key), 409, "taken", "name")


def test_it_belongs_to_an_organization_that_only_a_header_names(new_org):
    places, key = [new_org("One"), new_org("Two")], new_key()

    def make(place):
        return Client(place.admin.base_url, place.admin.token).ask(
            "POST", "/api/space", {"name": "Plans"}, {"Idempotency-Key": key, "X-Workspace-Id": place.id})

    first = [make(place) for place in places]
    assert [a.status for a in first] == [201, 201] and first[0].json()["id"] != first[1].json()["id"]
    for place, made in zip(places, first):
        is_same(made, make(place))


def test_who_may_not_any_more_gets_no_answer(org):
    """Whatever was answered, first comes whether the question may be asked."""
    deputy, user = org.add_member(role="admin")
    key, wish = new_key(), key_wish()
    first = send(deputy, org.path + "/keys", wish, key)
    secret(first.json()["token"])
    is_same(first, send(deputy, org.path + "/keys", wish, key))
    org.admin.must("PATCH", f"{org.path}/members/{user}", {"role": "member"})
    team, team_key = {"name": "Team"}, new_key()
    assert send(org.admin, org.path + "/teams", team, team_key).status == 201
    is_refused(send(deputy, org.path + "/teams", team, team_key), 403, "role")
    deputy.must("DELETE", "/v1/session")
    is_refused(send(deputy, org.path + "/keys", wish, key), 401, "revoked")


@pytest.mark.parametrize("key", ['""', '"open', 'a b', 'a, b', '"a";b=1', '"é"', "x" * 256])
def test_what_is_no_such_key(org, db, key):
    answer = Client(org.admin.base_url, org.admin.token).ask(
        "POST", org.path + "/keys", key_wish(), {"Idempotency-Key": key.encode("latin-1")})
    is_refused(answer, 400, "idempotency_key")
    assert counted(db, "api_key", org) == 0


def test_where_nothing_is_made_it_says_nothing(org):
    for method, path, body in (("GET", "/keys", None), ("PATCH", "", {"name": "Again"}), ("PATCH", "", {"name": "Other"})):
        assert send(org.admin, org.path + path, body, '"one"', method).status == 200
    assert org.admin.must("GET", org.path)["name"] == "Other"


def all_at_once(n, send_one):
    """The answers of so many who begin together."""
    ready, answers = threading.Barrier(n), []

    def one():
        ready.wait()
        answers.append(send_one())

    threads = [threading.Thread(target=one) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_while_it_is_being_done(org, db):
    """The first waits for somebody else's change; the second is not let to wait with it."""
    key, wish, first = new_key(), key_wish(), []
    with db.cursor() as cursor:

        def waits():
            time.sleep(0.15)  # the server's picture of it is renewed when nobody has looked for a tenth of a second
            return cursor.execute("SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")

        db.begin()
        cursor.execute("SELECT id FROM organization WHERE id = %s FOR UPDATE", (org.id,))
        asking = threading.Thread(target=lambda: first.append(send(org.admin, org.path + "/keys", wish, key)))
        asking.start()
        wait_until(waits, 3, "the first request waits")
        is_refused(send(org.admin, org.path + "/keys", wish, key), 409, "idempotency_busy")
        db.rollback()
        asking.join()
    assert first[0].status == 201
    secret(first[0].json()["token"])
    is_same(first[0], send(org.admin, org.path + "/keys", wish, key))


def test_many_at_once_make_one(org, db):
    key, wish = new_key(), key_wish()
    answers = all_at_once(8, lambda: send(org.admin, org.path + "/keys", wish, key))
    made = {a.text for a in answers if a.status == 201}
    assert len(made) == 1 and counted(db, "api_key", org) == 1
    assert {a.code for a in answers if a.status != 201} <= {"idempotency_busy", "race_lost"}
    secret(next(a for a in answers if a.status == 201).json()["token"])


def test_it_outlives_the_service_and_is_wiped(new_stack):
    stack, api, world = fresh_stack(new_stack)
    path, key, wish = f"/v1/organizations/{world.ORG}/keys", new_key(), key_wish()
    first = send(world.admin, path, wish, key)
    token = secret(first.json()["token"])
    stack.service.restart()
    is_same(first, send(world.admin, path, wish, key))
    db = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         autocommit=True)
    with db, db.cursor() as cursor:
        cursor.execute("SELECT id, body, sealed FROM kept_answer")
        for part in cursor.fetchone():
            assert token.encode() not in part and key.strip('"').encode() not in part
        cursor.execute("UPDATE kept_answer SET expires_at = UNIX_TIMESTAMP() - 1")
        again = send(world.admin, path, wish, key)
        secret(again.json()["token"])
        assert again.status == 201 and again.json()["id"] != first.json()["id"]
        cursor.execute("UPDATE kept_answer SET expires_at = UNIX_TIMESTAMP() - 1")

        def is_gone():
            return cursor.execute("SELECT id FROM kept_answer") == 0

        wait_until(is_gone, 20, "the keeper has wiped it")
