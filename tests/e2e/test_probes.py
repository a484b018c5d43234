"""Thousands of tries to reach what is another organization's, or more than a credential's scopes allow:
over every route, with every credential, with foreign ids in every place of address, query and body.

Generated from the service's own description, so a new route is tried by being there.  The three counts
are asserted, so that nobody makes them few by a slip.
"""

import http.client
import itertools
import json

import pytest

from api_kit import ABSENT, abroad, described, encoded, good_body, home, openapi  # noqa: F401

QUIET = {"audit", "audit_chain", "key_use_day"}  # tables that move by themselves
FADING = {"kept_answer", "form_sent"}  # whose rows are forgotten after a while
MOVING = {"last_used_at", "last_used_ip", "used_at"}


class Line:
    """One connection that is kept, for thousands of requests."""

    def __init__(self, base_url):
        self.connection = http.client.HTTPConnection(base_url.partition("//")[2], timeout=30)

    def ask(self, method, path, token, body=None, kind=None):
        """Status, and the answer's bytes but for the request's id."""
        headers = {"Authorization": "Bearer " + token, **({"Content-Type": kind} if kind else {})}
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return answer.status, text.replace(answer.getheader("X-Request-Id"), "-")


@pytest.fixture
def line(stack):
    line = Line(stack.web.base_url)
    yield line
    line.connection.close()


@pytest.fixture
def routes(openapi):
    return described(openapi)


def snapshot(db):
    """All rows of all tables, but for what moves by itself."""
    seen = {}
    with db.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        for table in sorted({next(iter(row.values())) for row in cursor.fetchall()} - QUIET):
            cursor.execute(f"SELECT * FROM `{table}`")
            seen[table] = sorted(json.dumps({k: v for k, v in row.items() if k not in MOVING},
                                            sort_keys=True, default=repr) for row in cursor.fetchall())
    return seen


@pytest.fixture
def unchanged(db):
    before = snapshot(db)
    yield
    after = snapshot(db)
    for table, rows in before.items():
        same = set(after[table]) <= set(rows) if table in FADING else after[table] == rows
        assert same, f"{table}: {set(after[table]) ^ set(rows)}"


def credentials(place):
    return {"admin": place.admin.token, "member": place.member.token, **place.tokens}


def body_of(route, place):
    return encoded(route, good_body(route, place)) if route.schema is not None else (None, None)


# --- ids in the address ---

def foreign_ids(route, place):
    """Every place of the address in turn, then all of them: its name, and what stands there."""
    for name in route.params:
        yield name, {name: place.ids[name]}, {name: ABSENT[name]}
    yield "all", place.ids, ABSENT


def test_foreign_ids_are_as_good_as_none(line, routes, home, abroad, unchanged):
    """Whoever asks: another organization's thing is answered as one that is nowhere, byte for byte."""
    tried = 0
    for route in (r for r in routes if r.params and r.security):
        text, kind = body_of(route, home)
        for (who, token), (name, foreign, absent) in itertools.product(
                credentials(home).items(), foreign_ids(route, abroad)):
            if route.method == "DELETE" and name == "session":
                continue  # one's own: a stranger's is looked for among one's own
            seen, nowhere = (line.ask(route.method, route.fill({**home.ids, **ids}), token, text, kind)
                             for ids in (foreign, absent))
            what = f"{route} as {who}, {name}"
            assert seen[0] >= 400 and seen[0] < 500, (what, seen)
            assert seen == nowhere, what
            tried += 2
    assert tried > 1500


def test_an_id_of_another_type_is_none(line, routes, home, unchanged):
    """One's own things, in places where something else stands."""
    tried = 0
    for route in (r for r in routes if set(r.params) - {"org"} and r.security):
        text, kind = body_of(route, home)
        for name in set(route.params) - {"org"}:
            nowhere = line.ask(route.method, route.fill({**home.ids, name: ABSENT[name]}), home.admin.token,
                               text, kind)
            for other in {v for k, v in home.ids.items() if k not in (name, "subject", "user")}:
                if name in ("subject", "resource") and other in (home.machine, home.team, home.id):
                    continue  # these may stand there
                seen = line.ask(route.method, route.fill({**home.ids, name: other}), home.admin.token,
                                text, kind)
                assert seen == nowhere, (str(route), name, other)
                tried += 1
    assert tried > 100


# --- members and queries that say for whom ---

def smuggled(place):
    """Members no body has: whose it is to be, by all names an attacker may think of."""
    values = {"organization": place.id, "org": place.id, "org_id": place.id, "organization_id": place.id,
              "owner": place.user, "owner_id": place.user, "user": place.user, "user_id": place.user,
              "created_by": place.user, "actor": place.user, "machine": place.machine, "subject": place.user,
              "id": place.keys["provider"], "state": "active", "hash": "x", "verifier": "x", "prefix": "drv_",
              "membership": place.user, "is_admin": True, "admin": True}
    return values.items()


def test_nothing_is_smuggled_into_a_body(line, routes, home, abroad, unchanged):
    tried = 0
    for route in (r for r in routes if r.form == "JSON" and r.security and not r.free):
        good = good_body(route, home)
        for (who, token), (name, value) in itertools.product(credentials(home).items(), smuggled(abroad)):
            if name in good or name in route.schema.get("properties", {}):
                continue
            status, text = line.ask(route.method, route.fill(home.ids), token,
                                    json.dumps({**good, name: value}), "application/json")
            assert status in (403, 404, 409, 422), (str(route), who, name, status, text)
            assert status != 422 or json.loads(text).get("field") == name, (str(route), who, name, text)
            tried += 1
    assert tried > 2000


def test_nothing_is_smuggled_into_a_query(line, routes, home, abroad):
    """What a list shows does not depend on it; a parameter nobody knows is refused or means nothing."""
    tried = 0
    for route in (r for r in routes if r.method == "GET" and r.security and "org" in r.params):
        for who, token in credentials(home).items():
            for name, value in smuggled(abroad):
                status, text = line.ask("GET", f"{route.fill(home.ids)}?{name}={value}", token)
                assert status in (200, 400, 403, 404, 422), (str(route), who, name, status, text)
                for secret in (abroad.id, abroad.user, abroad.machine, *abroad.keys.values()):
                    assert secret not in text, (str(route), who, name)
                tried += 1
    assert tried > 2000


# --- foreign ids in bodies that name things ---

def named_things(home, abroad):
    """Requests of home's admin that name a thing, each with abroad's thing and one that is nowhere."""
    keys = home.path + "/keys"
    for kind, member, foreign, absent in (
            ("provider", "provider", abroad.provider, ABSENT["resource"]),
            ("space", "space", abroad.space, "spc0000000000000000000000"),
            ("space", "base", abroad.base, "bse0000000000000000000000")):
        wish = {"kind": kind, "name": "smuggler", "scopes": ["read"]}
        if kind == "space":
            wish["expires_at"] = "2099-12-31"
        yield "POST", keys, [{**wish, "restrictions": [{member: i}]} for i in (foreign, absent)]
    for type_of, parent, absent in (("base", abroad.space, "spc0000000000000000000000"),
                                    ("table", abroad.base, "bse0000000000000000000000")):
        yield "POST", home.path + "/resources", [
            {"type": type_of, "name": "smuggler", "parent": p} for p in (parent, absent)]
    yield "POST", "/v1/explain", [{"key": k, "action": "read"} for k in (abroad.keys["provider"], ABSENT["key"])]
    yield "POST", "/v1/explain", [{"key": home.keys["provider"], "action": "read", "resource": r}
                                  for r in (abroad.provider, ABSENT["resource"])]
    yield "POST", "/v1/verify", [{"token": home.tokens["provider"], "action": "read", "resource": r}
                                 for r in (abroad.provider, ABSENT["resource"])]
    yield "POST", "/v1/verify", [{"token": t, "action": "read"} for t in (
        abroad.tokens["organization"], "dk_" + "0" * 49)]


def test_things_of_others_cannot_be_named(line, home, abroad, unchanged):
    for method, path, bodies in named_things(home, abroad):
        foreign, absent = (line.ask(method, path, home.admin.token, json.dumps(b), "application/json")
                           for b in bodies)
        for secret in (abroad.id, abroad.user):
            assert secret not in foreign[1], path
        if path == "/v1/verify" and "dk_" in bodies[1]["token"]:
            assert foreign == (200, '{"active":false,"allowed":false,"code":"unknown"}')
        else:
            assert foreign == absent, (path, bodies[0])
            assert foreign[0] != 201, path


# --- scopes ---

def weak_keys(home):
    """Keys that may read, and one of a machine that was given nothing."""
    wishes = {"organization": {"permission": "read"}, "provider": {"scopes": ["read"]},
              "space": {"scopes": ["read"], "expires_at": "2099-12-31"}}
    for kind, wish in wishes.items():
        yield kind, home.add_key(kind, **wish)["token"]
    yield "machine", home.add_machine()["token"]


@pytest.fixture
def weak(home):
    return list(weak_keys(home))


def test_who_may_read_changes_nothing(line, routes, home, weak, unchanged):
    """All changes, to one's own organization, with bodies that would do."""
    tried = 0
    for route in (r for r in routes if r.method != "GET" and r.security):
        if "{org}" not in route.path:
            continue
        for (kind, token), name in itertools.product(weak, ("user", "machine", "team", "subject", "resource")):
            ids = {**home.ids, "resource": home.ids.get(name, home.source)}
            status, text = line.ask(route.method, route.fill(ids), token, *body_of(route, home))
            assert status in (403, 404), (str(route), kind, status, text)
            tried += 1
    assert tried > 500
