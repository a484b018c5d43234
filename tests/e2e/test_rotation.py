"""Rotating a key with overlap: a new text, while the old one is good for as long as the callers need to move."""

import os
import time
from datetime import datetime, timezone

import pytest

from api_kit import (WRITTEN_WITHIN, ask, base_url, check_schema, fresh_stack, home, is_refused,  # noqa: F401
                     openapi)
from process import wait_until
from world import Client, local

DAY = 86400
FORM = "application/x-www-form-urlencoded"


def when(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def add(org, **more):
    return org.add_key("organization", permission="write", **more)


def where(org, key):
    return f"{org.path}/keys/{key['id']}"


def rotate(org, key, grace=3600, by=None, **more):
    return (by or org.admin).request("POST", where(org, key) + "/rotate", {"grace": grace, **more})


def rotated(org, key, grace=3600, **more):
    answer = rotate(org, key, grace, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def use(base_url, token):
    return ask(base_url, "GET", "/v1/self", token)


def shown(org, key):
    return org.admin.must("GET", where(org, key))


def revoke_by_text(base_url, token):
    assert ask(base_url, "POST", "/oauth/revoke", None, "token=" + token, FORM).status == 200


def is_dead(base_url, token):
    is_refused(use(base_url, token), 401, "revoked")


# --- two texts ---

def test_both_texts_are_good_meanwhile(base_url, openapi, org):
    key = add(org)
    assert use(base_url, key["token"]).json()["key"]["rotating_until"] is None
    began = time.time()
    new = rotated(org, key)
    check_schema(openapi, {"$ref": "#/components/schemas/MintedKey"}, new)
    assert new["id"] == key["id"] and new["token"] != key["token"]
    assert new["prefix"] == new["token"][:7] and new["old_prefix"] == key["prefix"]
    assert began - 1 <= when(new["rotating_until"]) - 3600 <= time.time()
    for token, replaced in ((key["token"], True), (new["token"], False)):
        own = use(base_url, token).json()["key"]
        check_schema(openapi, {"$ref": "#/components/schemas/OwnKey"}, own)
        assert (own["id"], own["replaced"], own["rotating_until"]) == (key["id"], replaced, new["rotating_until"])
        assert own["prefix"] == token[:7]
        # An application that remembers the text must not do so for longer than it is good.
        assert own["expires_at"] == (new["rotating_until"] if replaced else None)
    item = shown(org, key)
    assert item == {name: value for name, value in new.items() if name != "token"} | {
        name: item[name] for name in ("last_used_at", "last_used_ip", "old_last_used_at", "old_last_used_ip")}
    assert next(k for k in org.admin.must("GET", org.path + "/keys")["items"] if k["id"] == key["id"])[
        "rotating_until"] == new["rotating_until"]


def test_the_application_is_open_to_both(web, org):
    """Behind the authorizer of each web server, until the old one is ended."""
    key = add(org)
    new = rotated(org, key)

    def status(token):
        return ask(web.protected_url, "GET", f"/org/{org.id}/x", token).status
    assert (status(key["token"]), status(new["token"])) == (200, 200)
    org.admin.must("DELETE", where(org, key) + "/rotate")
    assert (status(key["token"]), status(new["token"])) == (401, 200)


def test_the_old_text_dies_when_its_time_is_over(base_url, org):
    """And is then a right text of a dead key, which is told in the audit."""
    key = add(org)
    new = rotated(org, key, 2)
    assert use(base_url, key["token"]).status == use(base_url, new["token"]).status == 200
    time.sleep(max(0, when(new["rotating_until"]) - time.time()))
    is_dead(base_url, key["token"])
    assert use(base_url, new["token"]).json()["key"]["rotating_until"] is None
    item = shown(org, key)
    assert [item[n] for n in ("rotating_until", "old_prefix", "old_last_used_at", "old_last_used_ip")] == [None] * 4
    assert item["state"] == "active"

    def denied():
        return org.admin.must("GET", org.path + "/audit?action=key.denied")["items"]
    wait_until(denied, 60, "the tripwire")
    event = denied()[0]
    assert (event["key"], event["after"]["reason"]) == (key["id"], "revoked")


def test_without_grace_it_is_dead_at_once(base_url, org):
    key = add(org)
    assert use(base_url, key["token"]).status == 200
    new = rotated(org, key, 0)
    assert new["rotating_until"] is None
    is_dead(base_url, key["token"])
    # Again and again: all texts there were are dead, and known as such.
    tokens = [key["token"], new["token"]] + [rotated(org, key, 0)["token"] for _ in range(3)]
    for token in tokens[:-1]:
        is_dead(base_url, token)
    assert use(base_url, tokens[-1]).status == 200


def test_what_ends_the_key_ends_both(base_url, org):
    key = add(org)
    new = rotated(org, key)
    assert use(base_url, key["token"]).status == use(base_url, new["token"]).status == 200
    org.admin.must("DELETE", where(org, key))
    is_dead(base_url, key["token"])
    is_dead(base_url, new["token"])


def test_the_old_text_can_be_ended_before(base_url, org):
    key = add(org)
    new = rotated(org, key)
    assert use(base_url, key["token"]).status == 200
    assert org.admin.delete(where(org, key) + "/rotate").status_code == 204
    is_dead(base_url, key["token"])
    assert use(base_url, new["token"]).status == 200
    assert shown(org, key)["rotating_until"] is None
    answer = org.admin.delete(where(org, key) + "/rotate")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert use(base_url, rotated(org, key)["token"]).status == 200


def test_no_third_text(base_url, org):
    """It would end the first one under whoever still has it."""
    key = add(org)
    new = rotated(org, key)
    answer = rotate(org, key, 0)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert new["rotating_until"] in answer.json()["detail"]
    assert use(base_url, key["token"]).status == use(base_url, new["token"]).status == 200


def test_a_text_ends_no_more_than_itself(base_url, org):
    """Revocation by whoever holds it: the old one leaves the new one, the new one ends the key."""
    key = add(org)
    new = rotated(org, key)
    revoke_by_text(base_url, key["token"])
    is_dead(base_url, key["token"])
    assert use(base_url, new["token"]).status == 200
    third = rotated(org, key)
    # Whoever finds the first text now, long dead, can end neither of the two.
    revoke_by_text(base_url, key["token"])
    assert use(base_url, new["token"]).status == use(base_url, third["token"]).status == 200
    revoke_by_text(base_url, third["token"])
    for token in (key["token"], new["token"], third["token"]):
        is_dead(base_url, token)


def test_the_limit_is_one_for_both(base_url, org):
    key = add(org, rate_limit={"requests": 3, "seconds": DAY})
    new = rotated(org, key)
    assert [use(base_url, token).status for token in (key["token"], new["token"]) * 2] == [200, 200, 200, 429]


# --- whose, and until when ---

def test_which_kinds(home, base_url):
    for kind in ("personal", "provider", "space"):
        answer = rotate(home, {"id": home.keys[kind]})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert use(base_url, home.tokens[kind]).status == 200


def test_who_may(org):
    key = add(org)
    member, _ = org.add_member()
    assert rotate(org, key, by=member).status_code == 404
    assert member.delete(where(org, key) + "/rotate").status_code == 404
    # No key may: not even this one.
    answer = rotate(org, key, by=org.api.using(key["token"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    org.admin.must("DELETE", where(org, key))
    answer = rotate(org, key)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("wish, code, field", [
    ({}, "missing_field", "grace"), ({"grace": None}, "bad_field", "grace"), ({"grace": -1}, "bad_field", "grace"),
    ({"grace": 30 * DAY + 1}, "bad_field", "grace"), ({"grace": "PT1H"}, "bad_field", "grace"),
    ({"grace": 1, "expires_at": "2001-01-01"}, "bad_field", "expires_at"),
    ({"grace": 1, "kind": "machine"}, "unknown_field", "kind"),
])
def test_what_is_no_rotation(base_url, org, wish, code, field):
    key = add(org)
    answer = org.admin.post(where(org, key) + "/rotate", wish)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert use(base_url, key["token"]).status == 200 and shown(org, key)["prefix"] == key["prefix"]


def test_the_old_text_lives_no_longer_than_before(base_url, org, db):
    """Not by a grace that is longer, and not by a new end of a key that had expired."""
    key = add(org, expires_at="2099-12-31")
    assert rotated(org, key, 30 * DAY)["expires_at"] == key["expires_at"]
    soon = int(time.time()) + 3600
    key = add(org, expires_at=datetime.fromtimestamp(soon, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    new = rotated(org, key, 30 * DAY, expires_at="2099-12-31")
    assert new["rotating_until"] == key["expires_at"] and new["expires_at"] == "2099-12-31T23:59:59Z"

    past = add(org)
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = %s WHERE id = %s", (int(time.time()) - 60, past["id"]))
        cursor.execute("UPDATE organization SET epoch = epoch + 1 WHERE id = %s", (org.id,))
    answer = rotate(org, past)
    assert (answer.status_code, answer.json()["field"]) == (422, "expires_at")
    new = rotated(org, past, 30 * DAY, expires_at="2099-12-31")
    assert new["rotating_until"] is None
    is_dead(base_url, past["token"])
    assert use(base_url, new["token"]).status == 200


def test_a_machines(base_url, openapi, stack, org):
    made = org.add_machine("never")
    key, machine = made["key"], f"{org.path}/machines/{made['machine']['id']}"
    source = org.add_resource("source", config=local(stack, "handbook"))
    org.grant(source, made["machine"]["id"], "member")
    new = rotated(org, key, 60, expires_in="30d")
    assert new["expires_at"] is not None and new["rotating_until"] == org.admin.must("GET", machine)["rotating_until"]
    check_schema(openapi, {"$ref": "#/components/schemas/Machine"}, org.admin.must("GET", machine))
    for token in (made["token"], new["token"]):
        assert ask(base_url, "GET", f"{org.path}/resources/{source}", token).status == 200
    # Regenerating is for when a text has leaked: then nothing that was before goes on.
    last = org.admin.must("POST", machine + "/key", {"expires_in": "30d"})
    assert last["key"]["rotating_until"] is None
    is_dead(base_url, made["token"])
    assert use(base_url, new["token"]).status == 401
    assert use(base_url, last["token"]).status == 200
    last = rotated(org, key, 60)
    org.admin.must("DELETE", machine)
    assert use(base_url, last["token"]).status == 401
    assert rotate(org, key).status_code == 404


# --- what is told ---

def test_who_has_not_moved_yet(base_url, stack, org):
    """The last use of the old text by itself; the key's is that of either."""
    key = add(org)
    new = rotated(org, key)

    def moment():
        time.sleep(1.1)     # uses are told by the second
        return int(time.time())

    def told(name, at):
        return (shown(org, key)[name] or "") >= datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    at = moment()
    assert use(base_url, key["token"]).status == 200
    wait_until(lambda: told("old_last_used_at", at), WRITTEN_WITHIN + 10, "the old text's use")
    item = shown(org, key)
    assert item["last_used_at"] == item["old_last_used_at"] and item["old_last_used_ip"] == "127.0.0.1"
    at = moment()
    assert use(base_url, new["token"]).status == 200
    wait_until(lambda: told("last_used_at", at), WRITTEN_WITHIN + 10, "the new text's use")
    assert shown(org, key)["old_last_used_at"] == item["old_last_used_at"]


def test_verdicts_on_both(base_url, openapi, org):
    asker = add(org)["token"]
    key = add(org)
    new = rotated(org, key)

    def verify(token):
        answer = Client(base_url, asker).ask("POST", "/v1/verify", {"token": token, "action": "read"}).json()
        check_schema(openapi, {"$ref": "#/components/schemas/Verdict"}, answer)
        return answer

    def introspect(token):
        return ask(base_url, "POST", "/oauth/introspect", asker, "token=" + token, FORM).json()
    for token, replaced in ((key["token"], True), (new["token"], False)):
        told = verify(token)
        assert (told["allowed"], told["key"], told["replaced"]) == (True, key["id"], replaced)
        assert told["rotating_until"] == new["rotating_until"]
        assert told["expires_at"] == (new["rotating_until"] if replaced else None)
        assert introspect(token).get("exp") == (int(when(new["rotating_until"])) if replaced else None)
    org.admin.must("DELETE", where(org, key) + "/rotate")
    assert (verify(key["token"])["active"], verify(key["token"])["code"]) == (False, "revoked")
    assert introspect(key["token"]) == {"active": False}
    assert (verify(new["token"])["allowed"], verify(new["token"])["rotating_until"]) == (True, None)


def test_explain_tells_of_the_old_text(org):
    key = add(org)

    def step():
        steps = org.admin.must("POST", "/v1/explain", {"key": key["id"], "action": "read"})["steps"]
        return next(s for s in steps if s["rule"] == "not_replaced")
    assert step() == {"rule": "not_replaced", "holds": True, "because": "no other text has its place"}
    until = rotated(org, key)["rotating_until"]
    assert step()["holds"] is True and until in step()["because"]


def test_the_audit_has_it(org):
    key = add(org)
    new = rotated(org, key, 60)
    org.admin.must("DELETE", where(org, key) + "/rotate")
    ended, made = org.admin.must("GET", org.path + "/audit?limit=2")["items"]
    assert (made["action"], made["target"]) == ("key.rotate", key["id"])
    assert made["before"] == {"prefix": key["prefix"], "expires_at": None}
    assert made["after"] == {"prefix": new["prefix"], "expires_at": None, "rotating_until": new["rotating_until"]}
    assert (ended["action"], ended["target"]) == ("key.rotated", key["id"])
    assert (ended["before"], ended["after"]) == ({"prefix": key["prefix"], "name": key["name"]}, None)


# --- what is remembered ---

def test_the_old_text_is_known_after_a_restart(new_stack):
    """With what was remembered, and without: the keeper has to meet old texts as well."""
    stack, api, world = fresh_stack(new_stack)
    path = f"/v1/organizations/{world.ORG}/keys"
    keys = [world.admin.must("POST", path, {"kind": "organization", "name": n, "permission": "read"}) for n in "ab"]
    news = [world.admin.must("POST", f"{path}/{key['id']}/rotate", {"grace": grace})
            for key, grace in zip(keys, (3600, 0))]
    for forget in (False, True):
        if forget:
            stack.service.stop()
            os.unlink(stack.memory_file())
            stack.service.start()
        else:
            stack.service.restart()
        stack.wait_ready()
        # Until the keeper has met all keys, and after.
        for _ in range(30):
            assert use(api.base_url, keys[0]["token"]).status == 200
            is_dead(api.base_url, keys[1]["token"])
            assert {use(api.base_url, new["token"]).status for new in news} == {200}
            time.sleep(0.1)
