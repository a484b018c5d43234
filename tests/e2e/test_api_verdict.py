"""Verify, explain, introspect and revoke: verdicts for who holds a key of somebody else."""

import itertools

import pytest

from api_kit import (ABSENT, KINDS, abroad, ask, base_url, check_schema, counted, home, is_refused,  # noqa: F401
                     openapi, secret, without_request_id)
from test_api_keys import WISHES
from world import Client

FORM = "application/x-www-form-urlencoded"


def verify(place, token, action="read", by=None, **more):
    wish = {"token": token, "action": action, **more}
    answer = Client(place.api.base_url, by or place.tokens["machine"]).ask("POST", "/v1/verify", wish)
    assert answer.status == 200, answer.text
    return answer.json()


def code(place, token, action="read", **more):
    """"ok", or why not; the two other members must say the same."""
    verdict = verify(place, token, action, **more)
    assert verdict["allowed"] == (verdict["code"] == "ok")
    return verdict["code"]


UNKNOWN = {"active": False, "allowed": False, "code": "unknown"}


def introspect(place, token, by=None):
    return Client(place.api.base_url, by or place.tokens["machine"]).ask(
        "POST", "/oauth/introspect", "token=" + token, {"Content-Type": FORM})


def revoke(base_url, token, **more):
    return ask(base_url, "POST", "/oauth/revoke", None, "token=" + token, FORM, **more)


# --- who may ask ---

def test_who_may_ask(base_url, home, abroad, world):
    """A machine or organization key of the same organization, or a session of its admin."""
    token = home.tokens["provider"]
    for by in (home.tokens["machine"], home.tokens["organization"], home.admin.token):
        assert verify(home, token, by=by)["code"] == "ok"
        assert introspect(home, token, by=by).json()["active"] is True
    for by in (abroad.tokens["machine"], abroad.tokens["organization"], abroad.admin.token, home.member.token):
        assert verify(home, token, by=by) == UNKNOWN
        assert introspect(home, token, by=by).text == '{"active":false}'
    for kind in ("personal", "provider", "space"):
        wish = {"token": token, "action": "read"}
        is_refused(Client(base_url, home.tokens[kind]).ask("POST", "/v1/verify", wish), 403, "role", scope=False)
        is_refused(introspect(home, token, by=home.tokens[kind]), 403, "role", scope=False)


@pytest.mark.parametrize("kind", KINDS)
def test_x1_the_verdict_on_each_kind(home, openapi, kind):
    verdict = verify(home, home.tokens[kind], by=home.admin.token)
    check_schema(openapi, {"$ref": "#/components/schemas/Verdict"}, verdict)
    assert verdict["active"] and verdict["key"] == home.keys[kind] and verdict["organization"] == home.id
    assert verdict["scopes"] == {"organization": ["read", "write"], "space": ["full", "read", "write", "admin"]}.get(
        kind, ["read", "write", "admin"])


def test_texts_that_do_not_live(home, db, org):
    token = home.tokens["organization"]
    for text, want in ((token[:-1] + ("a" if token[-1] != "a" else "b"), "malformed"), ("", "malformed"),
                       ("x", "malformed"), ("drv_" + "0" * 40, "unknown"), (home.dead, "revoked"),
                       ("eyJx.y.z", "malformed"), (home.admin.token, "unknown"), ("\u00e9" * 50, "malformed"),
                       ("x" * 60000, "malformed")):
        verdict = verify(home, text)
        assert (verdict["active"], verdict["allowed"], verdict["code"]) == (False, False, want), text[:20]
        assert introspect(home, text if text.isascii() else "x").text == '{"active":false}'


def test_why_a_right_text_does_not_live(org, db):
    org.tokens = {"machine": org.add_machine()["token"]}
    member, user = org.add_member()
    keys = {why: org.add_key("personal", by=member, name=why, expires_in_days=30)
            for why in ("revoked", "expired", "kind_disabled", "owner_gone")}
    member.must("DELETE", f"{org.path}/keys/{keys['revoked']['id']}")
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (keys["expired"]["id"],))
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    assert code(org, keys["kind_disabled"]["token"]) == "kind_disabled"
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    for why in ("revoked", "expired"):
        assert code(org, keys[why]["token"]) == why
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert code(org, keys["owner_gone"]["token"]) == "owner_gone"


def test_what_is_wrong_with_a_question(home, base_url):
    good = {"token": home.tokens["personal"], "action": "read"}
    for more, wrong, field in (({"token": None}, "bad_field", "token"), ({"action": "delete"}, "bad_field", "action"),
                               ({"action": None}, "bad_field", "action"), ({"action": "READ"}, "bad_field", "action"),
                               ({"ip": "x"}, "bad_field", "ip"), ({"ip": "10.0.0.0/8"}, "bad_field", "ip"),
                               ({"ip": ""}, "bad_field", "ip")):
        answer = Client(base_url, home.tokens["machine"]).ask("POST", "/v1/verify", {**good, **more})
        is_refused(answer, 422, wrong, field, what=more)


# --- the rules ---

def test_seed_3_11_seed_3_12_seed_3_13_seed_3_14_seed_3_15_seed_3_16_scopes_grow_downward(home):
    """read < write < admin; of several only the highest matters."""
    ranks = {"read": 0, "write": 1, "admin": 2}
    for scopes in (s for n in (1, 2, 3) for s in itertools.combinations(ranks, n)):
        token = home.add_key("provider", scopes=list(scopes))["token"]
        for action, rank in ranks.items():
            wanted = "ok" if rank <= max(ranks[s] for s in scopes) else "scope"
            assert code(home, token, action, resource=home.provider) == wanted, (scopes, action)


def test_seed_4_9_seed_4_10_seed_4_11_seed_4_12_scopes_of_space_tokens_do_not(home):
    """c31: write without read cannot read; full is all."""
    for scopes in (s for n in (1, 2, 3) for s in itertools.combinations(("read", "write", "admin"), n)):
        token = home.add_key("space", scopes=list(scopes), expires_at="2099-01-01")["token"]
        for action in ("read", "write", "admin"):
            wanted = "ok" if action in scopes else "scope"
            assert code(home, token, action, resource=home.table) == wanted, (scopes, action)
    for action in ("read", "write", "admin"):
        assert code(home, home.tokens["space"], action, resource=home.table) == "ok"


def test_seed_4_21_which_scope_would_do(home):
    token = home.add_key("space", scopes=["read"], expires_at="2099-01-01")["token"]
    assert verify(home, token, "write", resource=home.table)["needed_scope"] == "write"
    assert "needed_scope" not in verify(home, token, "read", resource=home.table)


def test_seed_2_9_seed_2_10_levels_of_organization_keys(home):
    """c20: write creates and updates; nobody deletes by such a key, and it rules nothing."""
    read = home.add_key("organization", permission="read")["token"]
    for resource in (home.id, home.collection, home.source, home.provider, home.table):
        assert [code(home, read, a, resource=resource) for a in ("read", "write", "admin")] == ["ok", "scope", "scope"]
        write = home.tokens["organization"]
        assert [code(home, write, a, resource=resource) for a in ("read", "write", "admin")] == ["ok", "ok", "scope"]


@pytest.mark.parametrize("base, inside, outside", [
    ("/", ["/", "/a", "/backups/2025", ""], []),
    ("/backups", ["/backups", "/backups/2025", "/backups/", "//backups//x", "backups/x", "/backups/a b/\u00e9"],
     ["/", "", "/backup", "/backups2", "/backups-old/x", "/Backups", "/a/backups", "/%62ackups"]),
    ("/team/assets", ["/team/assets", "/team/assets/images"], ["/team", "/team/asset", "/team/assets2", "/assets"])])
def test_seed_3_20_seed_3_21_seed_3_22_seed_3_23_base_paths(home, base, inside, outside):
    token = home.add_key("provider", scopes=["admin"],
                         restrictions=[{"provider": home.provider, "base_path": base}])["token"]
    for action in ("read", "write", "admin"):
        for path in inside:
            assert code(home, token, action, resource=home.provider, path=path) == "ok", (action, path)
        for path in outside:
            assert code(home, token, action, resource=home.provider, path=path) == "path", (action, path)
    for path in (base + "/..", base + "/../x", "/./" + base, base + "\\x", base + "/\u0085", "/a" * 600):
        assert code(home, token, "read", resource=home.provider, path=path) == "path", path
    other = home.add_resource("provider")
    assert code(home, token, resource=other, path=base) == "resource"
    assert code(home, token, resource=home.source) == "resource"
    assert code(home, token, resource=home.id) == "resource"


def test_seed_3_22_a_restriction_beats_every_scope(home):
    """c25: an admin key with a base path rules nothing but what lies below it."""
    token = home.add_key("provider", scopes=["admin"],
                         restrictions=[{"provider": home.provider, "base_path": "/backups"}])["token"]
    assert code(home, token, "admin", resource=home.provider) == "path"
    assert code(home, token, "admin", resource=home.id) == "resource"
    assert code(home, token, "read", resource=home.provider) == "ok"


def test_seed_3_17_seed_3_24_no_restriction_covers_what_comes_later(home):
    token = home.add_key("provider", scopes=["write"])["token"]
    assert code(home, token, "write", resource=home.add_resource("provider"), path="/x") == "ok"


def test_seed_4_6_spaces_and_bases(home):
    """c32: the union; a base covers its tables, a space its bases."""
    other_base = home.add_resource("base", parent=home.space)
    by_base = home.add_key("space", scopes=["full"], restrictions=[{"base": home.base}], expires_at="2099-01-01")["token"]
    by_space = home.add_key("space", scopes=["full"], restrictions=[{"space": home.space}], expires_at="2099-01-01")["token"]
    for resource, by_base_code in ((home.base, "ok"), (home.table, "ok"), (home.space, "resource"), (other_base, "resource")):
        assert code(home, by_base, resource=resource) == by_base_code
        assert code(home, by_space, resource=resource) == "ok"


def test_a_restriction_whose_things_are_gone_reaches_nothing(org):
    """c28 and c32: never everything."""
    org.tokens = {"machine": org.add_machine()["token"]}
    provider, space = org.add_resource("provider"), org.add_resource("space")
    keys = [org.add_key("provider", scopes=["admin"], restrictions=[{"provider": provider}]),
            org.add_key("space", scopes=["full"], restrictions=[{"space": space}], expires_at="2099-01-01")]
    for resource in (provider, space):
        org.admin.must("DELETE", f"{org.path}/resources/{resource}")
    other = [org.add_resource("provider"), org.add_resource("space")]
    for key, thing in zip(keys, other):
        assert code(org, key["token"], resource=thing) == "resource"
        assert code(org, key["token"]) == "resource"
        assert verify(org, key["token"])["active"] is True
        assert org.admin.must("GET", f"{org.path}/keys/{key['id']}")["restrictions"] == []


def test_seed_0_11_seed_4_2_a_key_can_do_what_its_owner_can(org):
    org.tokens = {"machine": org.add_machine()["token"]}
    member, user = org.add_member()
    things = [org.add_resource("source") for _ in range(3)]
    org.grant(things[0], user, "admin"), org.grant(things[1], user, "member")
    tokens = [org.add_key("personal", by=member, expires_in_days=30)["token"],
              org.add_key("provider", by=member, scopes=["admin"])["token"],
              org.add_key("space", by=member, scopes=["full"], expires_at="2099-01-01")["token"]]
    for token in tokens:
        assert [[code(org, token, a, resource=r) for a in ("read", "write", "admin")] for r in things] == [
            ["ok"] * 3, ["ok", "role", "role"], ["role"] * 3]
        assert [code(org, token, a, resource=org.id) for a in ("read", "write", "admin")] == ["ok", "ok", "role"]
    org.admin.must("PATCH", f"{org.path}/members/{user}", {"role": "admin"})
    for token in tokens:
        assert {code(org, token, "admin", resource=r) for r in (*things, org.id)} == {"ok"}


@pytest.mark.parametrize("resource", ["", "x", "res_00000000000000000000", "a b", "x" * 5000, "\u00e9"])
def test_resources_that_are_not_there(home, abroad, resource):
    for kind in KINDS:
        assert code(home, home.tokens[kind], resource=resource, by=home.admin.token) == "resource"
        assert code(home, home.tokens[kind], resource=abroad.source, by=home.admin.token) == "resource"


def test_anywhere(home):
    """Without a resource: may the key do the action on anything at all?"""
    member = home.add_key("personal", by=home.member, name="anywhere", expires_in_days=30)["token"]
    assert [code(home, member, a) for a in ("read", "write", "admin")] == ["ok", "ok", "role"]
    assert [code(home, home.tokens["machine"], a, by=home.admin.token) for a in ("read", "write")] == ["ok", "role"]
    assert code(home, home.tokens["organization"], "admin") == "scope"


def test_a_path_anywhere(home):
    """Whoever names a path and forgets the provider is not told that a base path does not matter."""
    token = home.add_key("provider", scopes=["admin"],
                         restrictions=[{"provider": home.provider, "base_path": "/backups"}])["token"]
    for path, want in (("/backups/2025", "ok"), ("/backups2", "path"), ("/", "path"), ("/backups/../x", "path")):
        assert code(home, token, "write", path=path) == want, path
    assert code(home, token, "write") == "ok"


def test_where_a_key_is_used_from(home):
    """What counts is the address the asker names, not the asker's own."""
    token = home.add_key("provider", scopes=["read"], allowed_ips=["192.0.2.0/24", "2001:db8::/32"])["token"]
    for ip, want in (("192.0.2.7", "ok"), ("2001:db8::1", "ok"), ("127.0.0.1", "address"), ("192.0.3.1", "address"),
                     ("::ffff:192.0.2.7", "ok"), (None, "address")):
        assert code(home, token, **({"ip": ip} if ip else {})) == want, ip


# --- why ---

def test_explain(home, openapi):
    key = home.add_key("provider", scopes=["read"], restrictions=[{"provider": home.provider, "base_path": "/a"}])

    def explain(action, by=home.admin, **more):
        return by.must("POST", "/v1/explain", {"key": key["id"], "action": action, **more})

    why = explain("read", resource=home.provider, path="/a/b")
    check_schema(openapi, {"$ref": "#/components/schemas/Explanation"}, why)
    assert why["allowed"] and why["code"] == "ok" and all(s["holds"] for s in why["steps"])
    rules = [s["rule"] for s in why["steps"]]
    why = explain("write", resource=home.provider, path="/b")
    assert not why["allowed"] and why["code"] == "scope"
    assert [s["rule"] for s in why["steps"]] == rules
    assert {s["rule"] for s in why["steps"] if not s["holds"]} == {"scope", "base_path"}
    assert all(s["because"] for s in why["steps"])


def test_explain_tells_which_grant_won(org):
    member, user = org.add_member()
    team = org.admin.must("POST", org.path + "/teams", {"name": "Crew"})["id"]
    org.admin.must("PUT", f"{org.path}/teams/{team}/members/{user}")
    source = org.add_resource("source")
    org.grant(source, user, "member"), org.grant(source, team, "admin"), org.grant(source, "everyone", "editor")
    key = org.add_key("personal", by=member, expires_in_days=30)
    why = member.must("POST", "/v1/explain", {"key": key["id"], "action": "admin", "resource": source})
    step = next(s for s in why["steps"] if s["rule"] == "role")
    assert step["holds"] and team in step["because"] and source in step["because"] and "admin" in step["because"]


def test_explain_a_dead_key(org):
    key = org.add_key("provider", scopes=["read"])
    org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
    why = org.admin.must("POST", "/v1/explain", {"key": key["id"], "action": "read"})
    assert (why["allowed"], why["code"]) == (False, "revoked")


def test_explain_finds_a_key_among_many_organizations(org, db):
    member, user = org.add_member()
    key = org.add_key("provider", by=member, scopes=["read"])
    with db.cursor() as cursor:
        for n in range(205):
            other = f"{org.id[:24]}_{n}"
            cursor.execute("INSERT INTO organization (id, name, created_at) VALUES (%s, 'x', 1)", (other,))
            cursor.execute("INSERT INTO membership (org_id, id, user_id, role, joined_at) "
                           "VALUES (%s, 'mem_x', %s, 'member', 1)", (other, user))
    assert member.must("POST", "/v1/explain", {"key": key["id"], "action": "read"})["allowed"]


def test_who_may_have_it_explained(base_url, home, abroad):
    """The owner and admins; what others ask about is not there."""
    own = home.add_key("provider", by=home.member, scopes=["read"])["id"]
    for by, key, status in ((home.admin, own, 200), (home.member, own, 200),
                            (home.member, home.keys["provider"], 404), (home.admin, abroad.keys["provider"], 404),
                            (abroad.admin, own, 404), (home.admin, ABSENT["key"], 404), (home.admin, "", 404),
                            (home.admin, "x'y", 404), (home.admin, "\u00e9", 404)):
        answer = Client(base_url, by.token).ask("POST", "/v1/explain", {"key": key, "action": "read"})
        assert answer.status == status, answer.text
    for wish, wrong, field in (({"action": "read"}, "missing_field", "key"), ({"key": own}, "missing_field", "action"),
                               ({"key": own, "action": "x"}, "bad_field", "action"),
                               ({"key": own, "action": "read", "token": "x"}, "unknown_field", "token")):
        answer = Client(base_url, home.admin.token).ask("POST", "/v1/explain", wish)
        is_refused(answer, 422, wrong, field)


def test_explain_and_verify_agree(home):
    for kind, action, resource in itertools.product(
            KINDS, ("read", "write", "admin"), (None, home.id, home.source, home.provider, home.table, home.collection)):
        more = {"resource": resource} if resource else {}
        why = home.admin.must("POST", "/v1/explain", {"key": home.keys[kind], "action": action, **more})
        assert why["code"] == code(home, home.tokens[kind], action, by=home.admin.token, **more), (kind, action, resource)


# --- OAuth ---

@pytest.mark.parametrize("kind", KINDS)
def test_introspection(home, openapi, kind):
    seen = introspect(home, home.tokens[kind], by=home.admin.token).json()
    check_schema(openapi, {"$ref": "#/components/schemas/Introspection"}, seen)
    assert seen["active"] is True and seen["token_type"] == "Bearer" and seen["jti"] == home.keys[kind]
    assert seen["scope"] == {"organization": "read write", "space": "full read write admin"}.get(kind, "read write admin")
    assert seen["aud"] == home.id and seen["sub"]
    assert ("exp" in seen) == (kind in ("personal", "space"))


@pytest.mark.parametrize("kind", list(WISHES))
def test_x4_whoever_holds_the_text_may_end_it(base_url, org, kind):
    key = org.add_key(kind, **WISHES[kind])
    answer = revoke(base_url, key["token"])
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Cache-Control"] == "no-store"
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")
    assert revoke(base_url, key["token"]).status == 200


def test_a_session_is_ended_by_its_text(base_url, api, world):
    session = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    assert revoke(base_url, session.token).status == 200
    is_refused(ask(base_url, "GET", "/v1/self", session.token), 401, "revoked")


def test_unknown_texts_are_no_fault(base_url, home):
    before = counted(base_url, "claviger_argon2_runs_total")
    for text in ("x", "drv_" + "0" * 40, home.tokens["personal"][:-1], "eyJ.x.y", "%20", "x" * 5000):
        assert revoke(base_url, text).status == 200
    assert counted(base_url, "claviger_argon2_runs_total") == before
    hinted = ask(base_url, "POST", "/oauth/revoke", None, "token=x&token_type_hint=access_token", FORM)
    assert hinted.status == 200
    assert ask(base_url, "GET", "/v1/self", home.tokens["personal"]).status == 200
