"""What happened: an event for every change, sealed into a chain within five seconds."""

import hashlib
import json
import secrets
import time

import pytest

from api_kit import ask, base_url, check_schema, home, is_refused, openapi  # noqa: F401
from world import Client

ZERO = "0" * 64


def events(org, query=""):
    return org.admin.must("GET", f"{org.path}/audit?limit=200&{query}")["items"]


def newest(org):
    return events(org, "limit=1")[0]


def test_every_change_is_an_event(org, openapi):
    """The changes of an organization in turn, and the events they leave, newest first."""
    admin, path = org.admin, org.path
    made = {}

    def change(action, method, at, body=None):
        before = len(events(org))
        answer = admin.must(method, path + at, body)
        after = events(org)
        assert len(after) > before, f"{action}: nothing was written"
        assert after[0]["action"] == action, f"{action}: {after[0]['action']}"
        return answer, after[0]

    assert events(org)[0]["action"] == "organization.create"
    _, event = change("organization.rename", "PATCH", "", {"name": "New"})
    assert event["before"]["name"] != "New" and event["after"] == {"name": "New"}
    _, event = change("policy.set", "PATCH", "/policy", {"machine_max_days": 365})
    assert event["before"]["machine_max_days"] is None
    assert event["after"]["machine_max_days"] == 365
    answer, event = change("member.add", "POST", "/members", {"email": "au@test.example", "role": "member"})
    user = answer["id"]
    assert event["target"] == user
    change("member.role", "PATCH", f"/members/{user}", {"role": "admin"})
    answer, event = change("team.create", "POST", "/teams", {"name": "Crew"})
    team = answer["id"]
    change("team.rename", "PATCH", f"/teams/{team}", {"name": "Crew 2"})
    change("team.add", "PUT", f"/teams/{team}/members/{user}")
    change("team.remove", "DELETE", f"/teams/{team}/members/{user}")
    answer, event = change("key.create", "POST", "/machines", {"name": "m", "expires_in": "30d"})
    machine, made["machine"] = answer["machine"]["id"], answer
    assert events(org)[1]["action"] == "machine.create"
    assert event["after"]["prefix"] == answer["key"]["prefix"]
    change("machine.change", "PATCH", f"/machines/{machine}", {"description": "x"})
    change("key.renew", "POST", f"/machines/{machine}/key", {"expires_in": "30d"})
    answer, _ = change("resource.create", "POST", "/resources", {"type": "source", "name": "s"})
    source = answer["id"]
    change("resource.change", "PATCH", f"/resources/{source}", {"name": "t"})
    _, event = change("grant.set", "PUT", f"/resources/{source}/grants/{user}", {"role": "member"})
    assert event["target"] == source and event["after"] == {"subject": user, "role": "member"}
    change("grant.remove", "DELETE", f"/resources/{source}/grants/{user}")
    change("grant.set", "PUT", f"/machines/{machine}/sources/{source}", {"role": "member"})
    change("grant.remove", "DELETE", f"/machines/{machine}/sources/{source}")
    change("team.add", "PUT", f"/machines/{machine}/teams/{team}")
    change("team.remove", "DELETE", f"/machines/{machine}/teams/{team}")
    answer, _ = change("key.create", "POST", "/keys", {"kind": "space", "name": "k", "scopes": ["full"],
                                                     "expires_at": "2099-01-01"})
    change("key.change", "PATCH", f"/keys/{answer['id']}", {"name": "k2"})
    change("key.renew", "POST", f"/keys/{answer['id']}/refresh", {})
    change("key.end", "DELETE", f"/keys/{answer['id']}")
    change("resource.delete", "DELETE", f"/resources/{source}")
    change("machine.delete", "DELETE", f"/machines/{machine}")
    change("team.delete", "DELETE", f"/teams/{team}")
    change("member.leave", "DELETE", f"/members/{user}")
    check_schema(openapi, {"$ref": "#/components/schemas/EventList"}, org.admin.must("GET", path + "/audit"))


def test_before_and_after(org, stack):
    """What each thing was and is, with the names it has elsewhere; of a secret, that there is a new one."""
    admin, path = org.admin, org.path

    def told(action, method, at, body=None, target=None):
        answer = admin.must(method, path + at, body)
        event = events(org, "action=" + action)[0]
        if target is not None:
            assert event["target"] == target
        return answer, event["before"], event["after"]

    made = events(org, "action=organization.create")[0]
    assert (made["before"], set(made["after"])) == (None, {"name", "admin"}) and made["after"]["admin"] == made["actor"]
    email = f"{secrets.token_hex(6)}@test.example"
    answer, before, after = told("member.add", "POST", "/members", {"email": email, "role": "member"})
    user = answer["id"]
    assert (before, after) == (None, {"email": email, "role": "member"})
    _, before, after = told("member.role", "PATCH", f"/members/{user}", {"role": "admin"}, user)
    assert (before["role"], after) == ("member", {"email": email, "role": "admin"})
    _, before, after = told("member.leave", "DELETE", f"/members/{user}", None, user)
    assert (before, after) == ({"email": email, "role": "admin"}, None)

    local = {"driver": "local", "root": stack.files}
    s3 = {"driver": "s3", "endpoint": "https://s3.example", "bucket": "b", "region": "r", "access_key": "a",
          "secret_key": "a-word-nobody-may-see"}
    answer, before, after = told("resource.create", "POST", "/resources",
                                 {"type": "provider", "name": "P", "config": local})
    provider = answer["id"]
    assert (before, after) == (None, {"type": "provider", "name": "P", "parent": None, "config": answer["config"]})
    changed, before, after_it = told("resource.change", "PATCH", f"/resources/{provider}", {"name": "Q", "config": s3},
                                     provider)
    assert before == after and after_it["new_secret"] is True
    assert (after_it["name"], after_it["config"]) == ("Q", changed["config"])
    _, before, after = told("resource.change", "PATCH", f"/resources/{provider}", {"name": "R"})
    assert before["name"] == "Q" and after == {**before, "name": "R"}
    assert not [e for e in events(org) if "a-word-nobody-may-see" in json.dumps(e)]

    answer, before, after = told("machine.create", "POST", "/machines",
                                 {"name": "m", "description": "d", "expires_in": "30d"})
    machine = answer["machine"]["id"]
    assert (before, after) == (None, {"name": "m", "description": "d"})
    made = events(org, "action=key.create")[0]["after"]
    assert made == {"kind": "machine", "prefix": answer["key"]["prefix"], "name": "m", "description": None,
                    "machine": machine, "scopes": answer["key"]["scopes"], "restrictions": None, "allowed_ips": None,
                    "rate_limit": None, "expires_at": answer["key"]["expires_at"]}
    renewed, before, after = told("key.renew", "POST", f"/machines/{machine}/key", {"expires_in": "never"},
                                  answer["key"]["id"])
    assert before == {"prefix": answer["key"]["prefix"], "expires_at": answer["key"]["expires_at"]}
    assert after == {"prefix": renewed["key"]["prefix"], "expires_at": None}
    _, before, after = told("machine.change", "PATCH", f"/machines/{machine}", {"description": None}, machine)
    assert (before, after) == ({"name": "m", "description": "d"}, {"name": "m", "description": None})

    at = f"/resources/{provider}/grants/{machine}"
    _, before, after = told("grant.set", "PUT", at, {"role": "member"}, provider)
    assert (before, after) == (None, {"subject": machine, "role": "member"})
    _, before, after = told("grant.set", "PUT", at, {"role": "admin"}, provider)
    assert (before, after) == ({"subject": machine, "role": "member"}, {"subject": machine, "role": "admin"})
    _, before, after = told("grant.remove", "DELETE", at, None, provider)
    assert (before, after) == ({"subject": machine, "role": "admin"}, None)
    _, before, after = told("machine.delete", "DELETE", f"/machines/{machine}", None, machine)
    assert (before, after) == ({"name": "m", "description": None}, None)

    answer, before, after = told("key.create", "POST", "/keys", {
        "kind": "provider", "name": "k", "description": "\u00e9", "scopes": ["read", "write"],
        "restrictions": [{"provider": provider, "base_path": "/a"}], "allowed_ips": ["10.0.0.0/8", "::1"],
        "expires_at": "2099-01-01"})
    assert after == {"kind": "provider", "prefix": answer["prefix"], "name": "k", "description": "\u00e9",
                     "scopes": ["read", "write"], "restrictions": [{"resource": provider, "base_path": "/a"}],
                     "allowed_ips": ["10.0.0.0/8", "::1"], "rate_limit": None, "expires_at": answer["expires_at"]}
    _, before, after = told("key.change", "PATCH", f"/keys/{answer['id']}", {"description": None}, answer["id"])
    assert (before, after) == ({"name": "k", "description": "\u00e9", "rate_limit": None},
                               {"name": "k", "description": None, "rate_limit": None})
    _, before, after = told("key.end", "DELETE", f"/keys/{answer['id']}", None, answer["id"])
    assert (before, after) == ({"prefix": answer["prefix"], "name": "k"}, None)


def test_who_makes_a_space_rules_it_and_that_is_told(org):
    member, user = org.add_member()
    org.add_resource("space", by=member)
    event = events(org, "action=resource.create")[0]
    assert (event["actor"], event["after"]["maker_role"]) == (user, "admin")
    org.add_resource("source")
    assert "maker_role" not in events(org, "action=resource.create")[0]["after"]


def test_the_longest_key_there_can_be(org, stack):
    """Told but for its paths, which it has still: a byte of them may be six."""
    provider = [org.add_resource("provider", config={"driver": "local", "root": stack.files}) for _ in range(3)]
    key = org.add_key("provider", scopes=["read"], name="<" * 100, description="&" * 500,
                      allowed_ips=[f"10.{n}.0.0/16" for n in range(50)],
                      restrictions=[{"provider": p, "base_path": "/" + "<" * 900} for p in provider])
    told = events(org, "action=key.create")[0]["after"]
    assert (told["prefix"], len(told["allowed_ips"])) == (key["prefix"], 50)
    assert told["restrictions_count"] == 3 and "restrictions" not in told


def test_a_password_that_the_operator_sets(org, stack):
    email = f"{secrets.token_hex(6)}@test.example"
    _, user = org.add_member(email)
    stack.service.must("user", "passwd", "--password-stdin", email, stdin="a long word or two\n")
    event = newest(org)
    assert (event["action"], event["actor"], event["target"]) == ("user.password", "operator", user)


def test_x17_an_event_says_who_and_from_where(org, world, base_url):
    answer = org.admin.request("PATCH", org.path, {"name": "By hand"})
    event = newest(org)
    assert event["request_id"] == answer.headers["x-request-id"]
    assert (event["actor"], event["actor_type"], event["key"]) == (world.ADMIN, "user", None)
    assert (event["target"], event["address"]) == (org.id, "127.0.0.1")
    key = org.add_key("personal", expires_in_days=30)
    Client(base_url, key["token"]).must("PATCH", org.path, {"name": "By key"})
    event = newest(org)
    assert (event["actor"], event["key"], event["after"]) == (world.ADMIN, key["id"], {"name": "By key"})


def test_a_key_that_ends_itself_is_its_own_actor(org, base_url):
    made = org.add_machine()
    answer = ask(base_url, "POST", "/oauth/revoke", None, "token=" + made["token"], "application/x-www-form-urlencoded")
    assert answer.status == 200
    event = newest(org)
    assert event["action"] == "key.end" and event["target"] == event["key"] == made["key"]["id"]
    assert (event["actor"], event["actor_type"]) == (made["machine"]["id"], "machine")


def test_what_changes_nothing_is_no_change(org, base_url):
    member, _ = org.add_member()
    def changes():
        return [e["id"] for e in events(org) if not e["action"].endswith(".denied")]

    before = changes()
    ask(base_url, "PATCH", org.path, member.token, '{"name": "x"}', "application/json")
    ask(base_url, "PATCH", org.path, org.admin.token, '{"name": ""}', "application/json")
    ask(base_url, "GET", org.path, org.admin.token)
    assert changes() == before


def test_filters(org, world):
    member, user = org.add_member(role="admin")
    Client(org.api.base_url, member.token).must("PATCH", org.path, {"name": "x"})
    assert {e["actor"] for e in events(org, f"actor={user}")} == {user}
    assert {e["action"] for e in events(org, "action=member.add")} == {"member.add"}
    assert events(org, "action=organization.delete") == [] and events(org, "actor=nobody") == []
    key = org.add_key("personal", expires_in_days=30)
    Client(org.api.base_url, key["token"]).must("PATCH", org.path, {"name": "y"})
    assert [e["after"] for e in events(org, f"key={key['id']}")] == [{"name": "y"}]
    assert events(org, "since=2099-01-01T00:00:00Z") == []
    assert len(events(org, "since=2020-01-01T00:00:00Z")) == len(events(org))
    assert len(events(org, "since=" + events(org)[-1]["at"][:10])) == len(events(org)), "where that day begins"
    for query in ("since=yesterday", "action=nothing"):
        answer = Client(org.api.base_url, org.admin.token).ask("GET", org.path + "/audit?" + query)
        is_refused(answer, 422, "bad_field", query.partition("=")[0])


def test_newest_first_in_pages(org):
    for n in range(5):
        org.admin.must("PATCH", org.path, {"name": f"n{n}"})
    whole = events(org)
    assert [e["id"] for e in whole] == sorted((e["id"] for e in whole), reverse=True)
    seen, cursor = [], ""
    while cursor is not None:
        page = org.admin.must("GET", f"{org.path}/audit?limit=2{cursor and '&cursor=' + cursor}")
        seen, cursor = seen + page["items"], page["next"]
    assert [e["id"] for e in seen] == [e["id"] for e in whole]


def test_other_organizations_events_are_not_shown(org, home):
    assert {e["target"] for e in events(org)} & {e["target"] for e in events(home)} == set()


# --- the chain ---

def hash_of(prev, row):
    """SHA-256 over the hash before and the event, one "name=value" a line, the name alone for NULL."""
    names = (("id", "id"), ("at", "at"), ("organization", "org_id"), ("action", "action"), ("actor_type", "actor_type"),
             ("actor", "actor_id"), ("key", "key_id"), ("target", "target_id"), ("address", "address"),
             ("request_id", "request_id"), ("before", "before_change"), ("after", "after_change"))
    text = "".join(name + "\n" if row[col] is None else f"{name}={row[col]}\n" for name, col in names)
    return hashlib.sha256(bytes.fromhex(prev) + text.encode()).hexdigest()


def wait_sealed(org):
    """All events of an organization are sealed at most five seconds after the last."""
    end = time.monotonic() + 5
    while any(e["hash"] is None for e in events(org)):
        assert time.monotonic() < end, "not sealed within 5 s"
        time.sleep(0.2)


@pytest.fixture
def sealed(org):
    """The events of an organization, once all of them are sealed."""
    org.add_member()
    org.add_key("provider", scopes=["read"], name='"<&>\u00e9\U0001f511')
    org.admin.must("PATCH", org.path, {"name": "R\u00e9sum\u00e9 \u202e"})
    wait_sealed(org)
    return events(org)[::-1]


def test_sealed_within_five_seconds_into_a_right_chain(org, sealed, db):
    assert len(sealed) >= 4
    assert sealed[0]["prev"] == ZERO
    for before, event in zip(sealed, sealed[1:]):
        assert event["prev"] == before["hash"]
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM audit WHERE org_id = %s ORDER BY place", (org.id,))
        rows = cursor.fetchall()
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    prev = ZERO
    for row in rows:
        prev = hash_of(prev, row)
        assert row["hash"].hex() == prev
    assert prev == sealed[-1]["hash"]


def test_the_chain_goes_on(org, sealed):
    org.admin.must("PATCH", org.path, {"name": "later"})
    assert newest(org)["hash"] is None or newest(org)["prev"] == sealed[-1]["hash"]
    end = time.monotonic() + 5
    while newest(org)["hash"] is None:
        assert time.monotonic() < end, "not sealed within 5 s"
        time.sleep(0.2)
    assert newest(org)["prev"] == sealed[-1]["hash"]


def test_the_service_cannot_rewrite_what_happened(stack, org):
    """Its account may add to the audit and seal it, and no more; nor may it give a key to somebody else."""
    import pymysql
    password = open(stack.path("etc", "db-app")).read().strip()
    connection = pymysql.connect(unix_socket=stack.database.socket, user="claviger_app", password=password,
                                 database="claviger", autocommit=False)  # what it may do after all must not stay
    with connection.cursor() as cursor:
        for statement in ("DELETE FROM audit", "UPDATE audit SET action = 'x'", "UPDATE audit SET actor_id = 'x'",
                          "TRUNCATE audit", "DROP TABLE audit", "DELETE FROM api_key", "DELETE FROM organization",
                          "UPDATE api_key SET kind = 'space'", "UPDATE api_key SET membership_id = NULL",
                          "UPDATE user SET email = 'x'", "UPDATE membership SET user_id = 'x'"):
            with pytest.raises(pymysql.err.MySQLError):
                cursor.execute(statement)
    connection.close()
