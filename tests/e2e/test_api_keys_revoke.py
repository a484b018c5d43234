"""Many keys ended at once: which they would be, which they are, and that nobody ends all of them by a slip."""

import threading
import time

import pytest

from api_kit import is_refused
from world import Client


def revoke(client, org, **wish):
    return Client(client.base_url, client.token).ask("POST", org.path + "/keys/revoke", wish)


def must(client, org, **wish):
    answer = revoke(client, org, **wish)
    assert answer.status == 200, answer.text
    return answer.json()


def lives(org, key):
    return Client(org.admin.base_url, key["token"]).ask("GET", "/v1/self").status == 200


def events(org, action="key.end"):
    return [e["target"] for e in org.admin.must("GET", f"{org.path}/audit?action={action}&limit=200")["items"]]


@pytest.fixture
def keys(org):
    """Two of the admin, two of a member, one of the organization, one of a machine; all alive."""
    org.member, org.user = org.add_member(name="Bob Marley")
    made = {"a1": org.add_key("provider", name="a1", scopes=["read"]),
            "a2": org.add_key("personal", name="a2", expires_in_days=30),
            "b1": org.add_key("provider", by=org.member, name="b1", scopes=["read"]),
            "b2": org.add_key("personal", by=org.member, name="b2", expires_in_days=30),
            "o1": org.add_key("organization", name="o1", permission="read")}
    machine = org.add_machine("never", name="m1")
    made["m1"] = {**machine["key"], "token": machine["token"]}
    assert all(lives(org, key) for key in made.values())
    return made


@pytest.mark.parametrize("wish, ended", [
    ({"owner": "{user}"}, {"b1", "b2"}),
    ({"owner": "me"}, {"a1", "a2"}),
    ({"kind": "provider"}, {"a1", "b1"}),
    ({"search": "marley", "kind": "personal"}, {"b2"}),
    ({"expires_before": "2099-01-01"}, {"a2", "b2"}),
    ({"created_after": "2020-01-01", "owner": "{org}"}, {"o1"}),
    ({"all": True}, {"a1", "a2", "b1", "b2", "o1"}),
], ids=str)
def test_what_a_filter_ends(org, keys, wish, ended):
    """A look before tells what it will be, and does nothing; what is ended is dead with the answer."""
    ids = {"{user}": org.user, "{org}": org.id}
    wish = {name: ids.get(value, value) for name, value in wish.items()}
    look = must(org.admin, org, dry_run=True, **wish)
    assert {key["name"] for key in look["items"]} == ended
    assert (look["dry_run"], look["matched"], look["ended"], look["left"]) == (True, len(ended), 0, len(ended))
    assert all(key["owner_name"] for key in look["items"])
    assert all(lives(org, key) for key in keys.values()) and events(org) == []
    done = must(org.admin, org, **wish)
    assert done == {"dry_run": False, "matched": len(ended), "ended": len(ended), "left": 0, "missed": []}
    assert {name for name, key in keys.items() if not lives(org, key)} == ended
    assert sorted(events(org)) == sorted(keys[name]["id"] for name in ended)
    again = must(org.admin, org, **wish)
    assert (again["matched"], again["ended"]) == (0, 0) and len(events(org)) == len(ended)


def test_the_audit_tells_as_much_as_of_a_single_one(org):
    """Whatever the names are made of."""
    names = ['<é"\\\U0001f511\'&>', "{}", "[1]", "null", "x" * 100, "\U0001f511" * 100]
    twins = [(org.add_key("organization", name=name, permission="read"),
              org.add_key("organization", name=name, permission="read")) for name in names]
    for one, _ in twins:
        org.admin.must("DELETE", f"{org.path}/keys/{one['id']}")
    assert must(org.admin, org, kind="organization")["ended"] == len(names)
    told = {e["target"]: e for e in org.admin.must("GET", org.path + "/audit?action=key.end")["items"]}
    for one, many in twins:
        assert told[many["id"]]["before"] == {"prefix": many["prefix"], "name": many["name"]}
        for name in ("actor", "actor_type", "key", "address", "after"):
            assert told[one["id"]][name] == told[many["id"]][name], name
    assert len({told[many["id"]]["request_id"] for _, many in twins}) == 1


def test_expired_ones_alone(org, keys, db):
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() - 9 WHERE id IN (%s, %s)",
                       (keys["a1"]["id"], keys["b2"]["id"]))
    assert must(org.admin, org, state="expired")["ended"] == 2
    assert sorted(events(org)) == sorted([keys["a1"]["id"], keys["b2"]["id"]])
    assert lives(org, keys["a2"]) and lives(org, keys["b1"])


def test_those_of_a_list(org, keys, new_org):
    """What cannot be ended is told, whether it is a machine's, dead, somebody else's or none."""
    foreign = new_org("Other").add_key("organization", permission="read")
    org.admin.must("DELETE", f"{org.path}/keys/{keys['b2']['id']}")
    good = [keys["a1"]["id"], keys["b1"]["id"]]
    bad = [keys["m1"]["id"], keys["b2"]["id"], foreign["id"], "key_00000000000000000000"]
    look = must(org.admin, org, ids=good + bad, dry_run=True)
    assert [key["id"] for key in look["items"]] == good and look["missed"] == bad and look["ended"] == 0
    assert lives(org, keys["a1"])
    done = must(org.admin, org, ids=good + bad)
    assert (done["matched"], done["ended"], done["left"], done["missed"]) == (2, 2, 0, bad)
    assert {name for name, key in keys.items() if lives(org, key)} == {"a2", "o1", "m1"} and lives(org, foreign)
    assert must(org.admin, org, ids=good)["missed"] == good


@pytest.mark.parametrize("wish", [
    {"all": True}, {"kind": "provider"}, {"owner": "{admin}"}, {"search": "1"}, {"owner": "all", "kind": "organization"},
    {"ids": ["{a1}", "{o1}", "{b1}"]},
], ids=str)
def test_members_end_their_own_only(org, keys, wish):
    admin = org.admin.must("GET", "/v1/self")["id"]
    ids = {"{admin}": admin, "{a1}": keys["a1"]["id"], "{b1}": keys["b1"]["id"], "{o1}": keys["o1"]["id"]}
    wish = {name: [ids[i] for i in value] if name == "ids" else ids.get(value, value) for name, value in wish.items()}
    must(org.member, org, **wish)
    assert all(lives(org, keys[name]) for name in ("a1", "a2", "o1", "m1"))
    assert not set(events(org)) - {keys["b1"]["id"], keys["b2"]["id"]}


@pytest.mark.parametrize("wish, code, field", [
    ({}, "missing_field", "all"),
    ({"dry_run": True}, "missing_field", "all"),
    ({"all": False}, "missing_field", "all"),
    ({"owner": "all"}, "missing_field", "all"),
    ({"state": "active"}, "missing_field", "all"),
    ({"never_used": False}, "missing_field", "all"),
    ({"owner": "all", "state": "active", "never_used": False}, "missing_field", "all"),
    ({"all": True, "kind": "provider"}, "bad_field", "all"),
    ({"all": True, "owner": "all"}, "bad_field", "all"),
    ({"all": True, "ids": ["key_1"]}, "bad_field", "ids"),
    ({"ids": ["key_1"], "kind": "provider"}, "bad_field", "ids"),
    ({"ids": []}, "bad_field", "ids"),
    ({"ids": None}, "bad_field", "ids"),
    ({"ids": ["key_1", "key_2", "key_1"]}, "bad_field", "ids"),
    ({"ids": ["key 1"]}, "bad_field", "ids"),
    ({"ids": ["key_%d" % n for n in range(201)]}, "bad_field", "ids"),
    ({"kind": None}, "bad_field", "kind"),
    ({"kind": "machine"}, "bad_field", "kind"),
    ({"search": None}, "bad_field", "search"),
    ({"search": ""}, "bad_field", "search"),
    ({"never_used": None}, "bad_field", "never_used"),
    ({"all": None}, "bad_field", "all"),
    ({"kind": "provider", "dry_run": None}, "bad_field", "dry_run"),
    ({"kind": "provider", "dry_run": "true"}, "bad_field", "dry_run"),
    ({"kind": "provider", "state": "all"}, "bad_field", "state"),
    ({"kind": "provider", "state": "revoked"}, "bad_field", "state"),
    ({"used_before": "1970-01-01"}, "bad_field", "used_before"),
    ({"kinds": "provider"}, "unknown_field", "kinds"),
    ({"kind": "provider", "sort": "name"}, "unknown_field", "sort"),
], ids=lambda v: str(v)[:50])
def test_what_ends_nothing(org, keys, wish, code, field):
    is_refused(revoke(org.admin, org, **wish), 422, code, field)
    assert events(org) == []


def test_keys_end_no_keys(org, keys):
    robot = Client(org.admin.base_url, keys["o1"]["token"])
    is_refused(robot.ask("POST", org.path + "/keys/revoke", {"all": True}), 403, "session_required")
    assert lives(org, keys["a1"])


def test_an_unused_key_is_not_one_that_was_used_before(org, keys, db):
    """Who ends what has not been used for long does not mean what was made yesterday."""
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET last_used_at = NULL WHERE org_id = %s", (org.id,))
        cursor.execute("UPDATE api_key SET last_used_at = 1700000000 WHERE id = %s", (keys["a1"]["id"],))
    assert [k["name"] for k in must(org.admin, org, used_before="2026-01-01", dry_run=True)["items"]] == ["a1"]
    assert {k["name"] for k in must(org.admin, org, never_used=True, dry_run=True)["items"]} == {
        "a2", "b1", "b2", "o1"}


def add_many(db, org, n):
    with db.cursor() as cursor:
        cursor.execute("INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, scopes, created_at, "
                       "created_by) SELECT %s, CONCAT('key_', seq), 'organization', CONCAT('Many ', seq), 'dk_', "
                       f"RANDOM_BYTES(16), '$x', 1, 1700000000 + seq DIV 7, 'x' FROM seq_1_to_{n}", (org.id,))


def test_more_than_one_request_may_end(org, keys, db):
    """A thousand at most; a request tells what it left, and the next goes on."""
    add_many(db, org, 2100)
    look = must(org.admin, org, search="many", dry_run=True)
    assert (look["matched"], len(look["items"])) == (2100, 200)
    for matched, ended in ((2100, 1000), (1100, 1000), (100, 100), (0, 0)):
        done = must(org.admin, org, search="many")
        assert (done["matched"], done["ended"], done["left"]) == (matched, ended, matched - ended)
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) AS n, COUNT(DISTINCT target_id) AS m FROM audit WHERE org_id = %s "
                       "AND action = 'key.end'", (org.id,))
        assert cursor.fetchone() == {"n": 2100, "m": 2100}
    assert all(lives(org, key) for key in keys.values())


def test_who_is_no_admin_any_more_ends_nobody_elses(org, keys, db):
    """An admin who is demoted while the wish waits for its turn."""
    deputy, user = org.add_member(role="admin")
    answers = []
    with db.cursor() as cursor:
        db.begin()
        cursor.execute("SELECT id FROM organization WHERE id = %s FOR UPDATE", (org.id,))
        asking = threading.Thread(target=lambda: answers.append(revoke(deputy, org, kind="provider")))
        asking.start()
        time.sleep(0.3)  # it waits for the row by now, or comes after the change: it ends nothing either way
        cursor.execute("UPDATE membership SET role = 'member' WHERE org_id = %s AND user_id = %s", (org.id, user))
        cursor.execute("UPDATE organization SET epoch = epoch + 1 WHERE id = %s", (org.id,))
        db.commit()
        asking.join()
    assert answers[0].status == 200 and answers[0].json()["ended"] == 0, answers[0].text
    assert lives(org, keys["a1"]) and lives(org, keys["b1"])
