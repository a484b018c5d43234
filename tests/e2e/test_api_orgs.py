"""Organizations, their policy, their members and teams."""

import secrets

import pytest

from api_kit import (ABSENT, abroad, ask, base_url, check_schema, home, is_refused, openapi, secret,  # noqa: F401
                     without_request_id)
from conftest import Api, Org
from world import Client, new_password


def refused(client, method, path, body, status, code, field=None):
    answer = Client(client.base_url, client.token).ask(method, path, body)
    is_refused(answer, status, code, field, what=f"{method} {path} {body}")


def works(client, path="/v1/self"):
    return client.get(path).status_code == 200


# --- organizations ---

def test_who_makes_an_organization_is_its_admin(world, api, openapi):
    made = world.member.must("POST", "/v1/organizations", {"name": "  Caf\u0065\u0301  "})
    check_schema(openapi, {"$ref": "#/components/schemas/Organization"}, made)
    assert made["id"].startswith("org_") and made["name"] == "Caf\u00e9"
    path = "/v1/organizations/" + made["id"]
    assert world.member.must("GET", path) == made
    listed = {o["id"]: o for o in world.member.must("GET", "/v1/organizations?limit=200")["items"]}
    assert listed[made["id"]]["role"] == "admin" and listed[world.ORG]["role"] == "member"
    refused(world.admin, "GET", path, None, 404, "not_found")


def test_rename(org):
    renamed = org.admin.must("PATCH", org.path, {"name": "Other"})
    assert renamed["name"] == "Other" and org.admin.must("GET", org.path) == renamed
    assert org.admin.must("PATCH", org.path, {}) == renamed
    refused(org.admin, "PATCH", org.path, {"name": None}, 422, "bad_field", "name")


def test_names_of_100_characters(org):
    assert org.admin.must("PATCH", org.path, {"name": "\U0001f511" * 100})["name"] == "\U0001f511" * 100
    refused(org.admin, "PATCH", org.path, {"name": "\U0001f511" * 101}, 422, "bad_field", "name")
    text = '<script>&"\'\\ \u200d \u202e x'
    assert org.admin.must("PATCH", org.path, {"name": text})["name"] == text


def test_a_deleted_organization_is_gone_with_its_keys(base_url, new_org, api):
    org = new_org()
    member, _ = org.add_member()
    tokens = [org.add_key("personal", by=member, expires_in_days=30)["token"],
              org.add_key("organization", permission="read")["token"], org.add_machine()["token"]]
    org.admin.must("DELETE", org.path)
    for token in tokens:
        is_refused(ask(base_url, "GET", "/v1/self", token), 401, "owner_gone")
    for method in ("GET", "DELETE"):
        refused(org.admin, method, org.path, None, 404, "not_found")
    assert org.id not in [o["id"] for o in org.admin.must("GET", "/v1/organizations?limit=200")["items"]]


def test_a_key_sees_its_own_organization_only(base_url, home):
    for token in home.tokens.values():
        items = ask(base_url, "GET", "/v1/organizations", token).json()["items"]
        assert [o["id"] for o in items] == [home.id]


def test_organizations_in_pages(api, org):
    person, _ = org.add_member()
    made = {org.id} | {person.must("POST", "/v1/organizations", {"name": f"N{n}"})["id"] for n in range(4)}
    seen, path = [], "/v1/organizations?limit=2"
    while path:
        page = person.must("GET", path)
        assert len(page["items"]) <= 2
        seen += [o["id"] for o in page["items"]]
        path = page["next"] and f"/v1/organizations?limit=2&cursor={page['next']}"
    assert len(seen) == 5 and set(seen) == made


# --- policy ---

DEFAULTS = {"personal_tokens_enabled": True, "personal_max_days": 365, "machine_max_days": None,
            "space_never_allowed": False}


def test_policy_is_written_by_admins_and_read_by_members(org):
    member, _ = org.add_member()
    assert org.admin.must("GET", org.path + "/policy") == DEFAULTS == member.must("GET", org.path + "/policy")
    changed = {**DEFAULTS, "machine_max_days": 90, "space_never_allowed": True}
    assert org.admin.must("PATCH", org.path + "/policy", {"machine_max_days": 90,
                                                         "space_never_allowed": True}) == changed
    assert org.admin.must("PATCH", org.path + "/policy", {}) == changed
    assert org.admin.must("PATCH", org.path + "/policy", {"machine_max_days": None})["machine_max_days"] is None
    refused(member, "PATCH", org.path + "/policy", {}, 403, "role")


@pytest.mark.parametrize("name, value", [
    ("personal_max_days", 0), ("personal_max_days", 31), ("personal_max_days", -30), ("personal_max_days", 366),
    ("personal_max_days", None), ("personal_max_days", 2**62), ("machine_max_days", 0), ("machine_max_days", 7),
    ("personal_tokens_enabled", None), ("space_never_allowed", None)])
def test_policies_that_are_none(org, name, value):
    refused(org.admin, "PATCH", org.path + "/policy", {name: value}, 422, "bad_field", name)
    assert org.admin.must("GET", org.path + "/policy") == DEFAULTS


def preview(org, **wish):
    answer = org.admin.must("POST", org.path + "/policy/preview", wish)
    return answer["policy"], {kind.pop("kind"): kind for kind in answer["kinds"]}, answer["items"]


def effect(stopping=0, returning=0, refused=(), outliving=0):
    return {"stopping": stopping, "returning": returning, "refused": list(refused), "outliving": outliving}


def test_a_preview_of_the_switch(org, db):
    """Whom it would hit, the last used first; only what is alive counts, and nothing is done."""
    member, user = org.add_member(name="Bob")
    idle = org.add_key("personal", by=member, name="idle", expires_in_days=30)
    used = org.add_key("personal", by=member, name="used", expires_in_days=90)
    gone, ended = (org.add_key("personal", name=name, expires_in_days=30) for name in ("gone", "ended"))
    org.add_key("provider", scopes=["read"])
    org.admin.must("DELETE", f"{org.path}/keys/{ended['id']}")
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() - 1 WHERE id = %s", (gone["id"],))
        cursor.execute("UPDATE api_key SET last_used_at = 1780000000, last_used_ip = '192.0.2.7' WHERE id = %s",
                       (used["id"],))
    policy, kinds, items = preview(org, personal_tokens_enabled=False)
    assert policy == {**DEFAULTS, "personal_tokens_enabled": False}
    assert kinds == {"personal": effect(stopping=2, refused=["30", "90", "180", "365"])}
    assert [(k["name"], k["owner"], k["owner_name"], k["last_used_ip"]) for k in items] == [
        ("used", user, "Bob", "192.0.2.7"), ("idle", user, "Bob", None)]
    assert org.admin.must("GET", org.path + "/policy") == DEFAULTS
    assert Client(org.admin.base_url, idle["token"]).ask("GET", "/v1/self").status == 200
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    assert Client(org.admin.base_url, idle["token"]).ask("GET", "/v1/self").status == 401
    assert preview(org, personal_tokens_enabled=False)[1:] == ({}, [])
    assert preview(org, personal_tokens_enabled=True)[1:] == ({"personal": effect(returning=2)}, [])


def test_a_preview_of_caps(org, db):
    """What could not be made any more, and how many there are that go on beyond it."""
    for days in (30, 90, 180, 365):
        org.add_key("personal", expires_in_days=days)
    for period in ("30d", "90d", "6mo", "1y", "never"):
        org.add_machine(period)
    assert preview(org)[1:] == preview(org, personal_max_days=365)[1:] == ({}, [])
    assert preview(org, personal_max_days=90)[1:] == (
        {"personal": effect(refused=["180", "365"], outliving=2)}, [])
    assert preview(org, machine_max_days=180)[1] == {"machine": effect(refused=["1y", "never"], outliving=2)}
    assert preview(org, machine_max_days=30, personal_max_days=30)[1] == {
        "machine": effect(refused=["90d", "6mo", "1y", "never"], outliving=4),
        "personal": effect(refused=["90", "180", "365"], outliving=3)}
    # with the switch off there are no choices left, and what stops does not go on
    assert preview(org, personal_tokens_enabled=False, personal_max_days=30)[1]["personal"] == effect(
        stopping=4, refused=["30", "90", "180", "365"])
    org.admin.must("PATCH", org.path + "/policy", {"machine_max_days": 30})
    assert preview(org, machine_max_days=None)[1:] == ({}, [])


def test_a_preview_of_ends_of_space_keys(org):
    org.admin.must("PATCH", org.path + "/policy", {"space_never_allowed": True})
    org.add_key("space", scopes=["full"], expires_at=None)
    org.add_key("space", scopes=["full"], expires_at="2099-12-31")
    assert preview(org, space_never_allowed=False)[1:] == ({"space": effect(refused=["never"], outliving=1)}, [])


@pytest.mark.parametrize("name, value", [
    ("personal_max_days", 31), ("machine_max_days", 7), ("personal_tokens_enabled", None), ("space_never_allowed", None)])
def test_previews_of_what_is_no_policy(org, name, value):
    refused(org.admin, "POST", org.path + "/policy/preview", {name: value}, 422, "bad_field", name)


def test_previews_are_for_sessions_of_admins(org):
    member, _ = org.add_member()
    refused(member, "POST", org.path + "/policy/preview", {}, 403, "role")
    key = org.add_key("organization", permission="write")["token"]
    refused(org.admin.using(key), "POST", org.path + "/policy/preview", {}, 403, "session_required")


def test_seed_0_3_seed_0_29_members_make_tokens_while_the_admin_allows(org):
    """c13: also for admins, and with a code of its own."""
    member, _ = org.add_member()
    org.add_key("personal", by=member, expires_in_days=30)
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    for who in (member, org.admin):
        refused(who, "POST", org.path + "/keys", {"kind": "personal", "name": "x", "expires_in_days": 30},
                403, "kind_not_allowed")
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    org.add_key("personal", by=member, expires_in_days=30)


def test_seed_0_28_seed_0_30_seed_0_31_toggle(base_url, org):
    """Off: tokens stop at once, also admins'.  On: those come back that are neither ended nor expired."""
    member, _ = org.add_member()
    kept, deleted = (org.add_key("personal", by=member, expires_in_days=30) for _ in range(2))
    admins = org.add_key("personal", expires_in_days=30)
    other_kind = org.add_key("provider", by=member, scopes=["read"])
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    for key in (kept, deleted, admins):
        for _ in range(6):
            is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "kind_disabled")
    assert ask(base_url, "GET", "/v1/self", other_kind["token"]).status == 200
    member.must("DELETE", f"{org.path}/keys/{deleted['id']}")
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    for key in (kept, admins):
        assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
    is_refused(ask(base_url, "GET", "/v1/self", deleted["token"]), 401, "revoked")


def test_seed_0_31_what_expired_meanwhile_stays_dead(base_url, org, db):
    key = org.add_key("personal", expires_in_days=30)
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() - 1 WHERE id = %s", (key["id"],))
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "expired")


@pytest.mark.parametrize("cap", [30, 90, 180, 365])
def test_seed_0_8_seed_0_32_cap(org, cap):
    org.admin.must("PATCH", org.path + "/policy", {"personal_max_days": cap})
    for days in (30, 90, 180, 365):
        wish = {"kind": "personal", "name": f"{days}", "expires_in_days": days}
        if days <= cap:
            org.admin.must("POST", org.path + "/keys", wish)
        else:
            refused(org.admin, "POST", org.path + "/keys", wish, 422, "bad_field", "expires_in_days")


def test_seed_0_33_a_changed_cap_is_for_new_tokens(base_url, org):
    key = org.add_key("personal", expires_in_days=365)
    org.admin.must("PATCH", org.path + "/policy", {"personal_max_days": 30})
    assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
    assert org.admin.must("GET", f"{org.path}/keys/{key['id']}")["expires_at"] == key["expires_at"]


def test_a_cap_for_machines_is_its_own(org):
    """c15: the cap for personal tokens does not bind machines."""
    org.admin.must("PATCH", org.path + "/policy", {"personal_max_days": 30})
    org.add_machine("1y"), org.add_machine("never")
    org.admin.must("PATCH", org.path + "/policy", {"machine_max_days": 90})
    machine = org.add_machine("90d")["machine"]["id"]
    for period in ("6mo", "1y", "never"):
        refused(org.admin, "POST", org.path + "/machines", {"name": period, "expires_in": period},
                422, "bad_field", "expires_in")
        refused(org.admin, "POST", f"{org.path}/machines/{machine}/key", {"expires_in": period},
                422, "bad_field", "expires_in")


# --- members ---

def test_a_member_is_added_and_listed(org, openapi):
    email, password = "New.Person@Test.Example", secret(new_password())
    made = org.admin.must("POST", org.path + "/members", {"email": f" {email} ", "name": " New ",
                                                         "role": "member", "password": password})
    check_schema(openapi, {"$ref": "#/components/schemas/Member"}, made)
    assert (made["email"], made["name"], made["role"]) == (email.lower(), "New", "member")
    listed = org.admin.must("GET", org.path + "/members")["items"]
    assert made in listed and len(listed) == 2
    assert org.api.log_in(email, password).must("GET", "/v1/self")["id"] == made["id"]


def test_who_gives_no_name_is_called_by_the_address(org):
    made = org.admin.must("POST", org.path + "/members", {"email": "a.b@test.example", "role": "member"})
    assert made["name"] == "a.b@test.example"


@pytest.mark.parametrize("field, value", [
    ("email", None), ("email", ""), ("email", "x"), ("email", "@x"), ("email", "x@"), ("email", "a@b@c"),
    ("email", "a b@c.example"), ("email", "a\u2028@c.example"), ("email", "x" * 250 + "@c.example"),
    ("role", None), ("role", ""), ("role", "editor"), ("role", "owner"), ("role", "Admin"), ("name", " "),
    ("password", "short"), ("password", "x" * 14), ("password", "x" * 129), ("password", "aaaaaaaaaaaaaaaaaaaa"),
    ("password", "passwordpassword"), ("password", "abcabcabcabcabcabc"), ("password", " " * 20)])
def test_members_that_are_none(org, field, value):
    body = {"email": secrets.token_hex(6) + "@test.example", "role": "member", field: value}
    refused(org.admin, "POST", org.path + "/members", body, 422, "bad_field", field)


def test_passwords_of_15_to_128_characters(org):
    for length in (15, 128):
        password = secret(("\u00e9" + secrets.token_hex(64))[:length])
        email = f"p{length}@test.example"
        org.admin.must("POST", org.path + "/members", {"email": email, "role": "member", "password": password})
        org.api.log_in(email, password)


def test_an_account_that_is_there_keeps_password_and_name(base_url, world, new_org, api):
    """Adding it to an organization of one's own must not take it over."""
    org = new_org()
    made = org.admin.must("POST", org.path + "/members", {
        "email": world.OTHER_ADMIN_EMAIL.upper(), "name": "Taken over", "role": "member",
        "password": secret("a password of the attacker's")})
    assert (made["email"], made["name"]) == (world.OTHER_ADMIN_EMAIL, "Zoe")
    answer = Client(base_url).ask("POST", "/v1/session", {"email": world.OTHER_ADMIN_EMAIL,
                                                         "password": "a password of the attacker's"})
    is_refused(answer, 401, "invalid_token")
    zoe = api.log_in(world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD)
    assert zoe.must("GET", "/v1/self")["name"] == "Zoe"
    refused(org.admin, "POST", org.path + "/members", {"email": world.OTHER_ADMIN_EMAIL, "role": "admin"},
            409, "taken", "email")


def test_a_key_makes_nobody_who_could_make_keys(base_url, org):
    """No password, which it could log in with; and no admin, nor one by way of a team."""
    _, user = org.add_member()
    rulers, crew = (org.admin.must("POST", org.path + "/teams", {"name": n})["id"] for n in ("rulers", "crew"))
    org.admin.must("PUT", f"{org.path}/resources/{org.id}/grants/{rulers}", {"role": "admin"})
    org.admin.must("PUT", f"{org.path}/resources/{org.id}/grants/{crew}", {"role": "editor"})
    client = Client(base_url, org.add_key("personal", expires_in_days=30)["token"])
    new = {"email": secrets.token_hex(6) + "@test.example", "role": "member"}
    for method, path, body in (("POST", "/members", {**new, "password": new_password()}),
                               ("POST", "/members", {**new, "role": "admin"}),
                               ("PATCH", f"/members/{user}", {"role": "admin"}),
                               ("PUT", f"/teams/{rulers}/members/{user}", None),
                               ("PUT", f"/resources/{org.id}/grants/{user}", {"role": "admin"})):
        is_refused(client.ask(method, org.path + path, body), 403, "session_required", what=f"{method} {path}")
    assert client.ask("PUT", f"{org.path}/teams/{crew}/members/{user}").status == 204
    assert client.ask("POST", org.path + "/members", new).status == 201
    assert client.ask("PATCH", f"{org.path}/members/{user}", {"role": "member"}).status == 200
    assert client.ask("PUT", f"{org.path}/resources/{org.id}/grants/{user}", {"role": "editor"}).status == 204


def test_roles_change(org):
    member, user = org.add_member()
    path = f"{org.path}/members/{user}"
    assert org.admin.must("PATCH", path, {"role": "admin"})["role"] == "admin"
    assert works(member, org.path + "/members")
    assert org.admin.must("PATCH", path, {"role": "member"})["role"] == "member"
    refused(member, "GET", org.path + "/members", None, 403, "role")
    refused(member, "PATCH", path, {"role": "admin"}, 403, "role")
    refused(org.admin, "PATCH", path, {"role": "owner"}, 422, "bad_field", "role")


def test_the_last_admin_stays(org, world):
    own = f"{org.path}/members/{world.ADMIN}"
    second, user = org.add_member(role="admin")
    org.admin.must("PATCH", own, {"role": "member"})
    refused(second, "PATCH", f"{org.path}/members/{user}", {"role": "member"}, 409, "last_admin")
    refused(second, "DELETE", f"{org.path}/members/{user}", None, 409, "last_admin")
    second.must("PATCH", f"{org.path}/members/{user}", {"role": "admin"})
    org.admin.must("DELETE", own)
    refused(second, "DELETE", f"{org.path}/members/{user}", None, 409, "last_admin")


def test_oneself_may_leave_others_are_sent_away_by_admins(org):
    (first, first_id), (second, second_id) = org.add_member(), org.add_member()
    refused(first, "DELETE", f"{org.path}/members/{second_id}", None, 403, "role")
    first.must("DELETE", f"{org.path}/members/{first_id}")
    refused(first, "GET", org.path, None, 404, "not_found")
    org.admin.must("DELETE", f"{org.path}/members/{second_id}")
    refused(second, "GET", org.path, None, 404, "not_found")
    refused(org.admin, "DELETE", f"{org.path}/members/{second_id}", None, 404, "not_found")


def test_seed_0_26_leaving_stops_the_tokens_for_good(base_url, org):
    """c14: whoever comes back has a new membership; what the old one owned stays dead, and unseen."""
    email, password = secrets.token_hex(6) + "@test.example", secret(new_password())
    body = {"email": email, "role": "member", "password": password}
    user = org.admin.must("POST", org.path + "/members", body)["id"]
    member = org.api.log_in(email, password)
    source = org.add_resource("source")
    org.grant(source, user, "admin")
    wishes = (("personal", {"expires_in_days": 30}), ("provider", {"scopes": ["read"]}),
              ("space", {"scopes": ["full"], "expires_at": "2099-01-01"}))
    tokens = [org.add_key(kind, by=member, name="laptop", **wish)["token"] for kind, wish in wishes]
    assert works(member, f"{org.path}/resources/{source}")
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    for token in tokens:
        is_refused(ask(base_url, "GET", "/v1/self", token), 401, "owner_gone")
    assert works(member) and member.must("GET", "/v1/self")["organizations"] == []
    assert org.admin.must("POST", org.path + "/members", {"email": email, "role": "member"})["id"] == user
    for token in tokens:
        is_refused(ask(base_url, "GET", "/v1/self", token), 401, "owner_gone")
    assert member.must("GET", org.path + "/keys?state=all")["items"] == []
    refused(member, "GET", f"{org.path}/resources/{source}", None, 404, "not_found")
    org.add_key("personal", by=member, name="laptop", expires_in_days=30)


def test_members_in_pages(org):
    made = {org.admin.must("POST", org.path + "/members", {"email": f"{secrets.token_hex(6)}@test.example",
                                                          "role": "member"})["id"] for _ in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = org.admin.must("GET", f"{org.path}/members?limit=2{cursor and '&cursor=' + cursor}")
        seen, cursor = seen + [m["id"] for m in page["items"]], page["next"]
    assert len(seen) == 6 and made < set(seen)


# --- teams ---

def test_a_team_and_who_is_in_it(org, openapi):
    member, user = org.add_member(name="Ann")
    machine = org.add_machine(name="robot")["machine"]["id"]
    team = org.admin.must("POST", org.path + "/teams", {"name": "Crew"})
    check_schema(openapi, {"$ref": "#/components/schemas/Team"}, team)
    path = f"{org.path}/teams/{team['id']}"
    for _ in range(2):  # putting twice is no fault
        org.admin.must("PUT", f"{path}/members/{user}")
        org.admin.must("PUT", f"{path}/members/{machine}")
    seen = member.must("GET", path)
    assert [(m["type"], m["name"]) for m in seen["members"]] in ([("user", "Ann"), ("machine", "robot")],
                                                                [("machine", "robot"), ("user", "Ann")])
    assert member.must("GET", org.path + "/teams")["items"][0]["members"] == 2
    org.admin.must("DELETE", f"{path}/members/{user}")
    refused(org.admin, "DELETE", f"{path}/members/{user}", None, 404, "not_found")
    assert [m["id"] for m in member.must("GET", path)["members"]] == [machine]
    org.admin.must("DELETE", path)
    refused(org.admin, "GET", path, None, 404, "not_found")


def test_a_team_has_a_name_of_its_own(org):
    org.admin.must("POST", org.path + "/teams", {"name": "Crew"})
    other = org.admin.must("POST", org.path + "/teams", {"name": "Other"})["id"]
    for name in ("Crew", " crew ", "CREW"):
        refused(org.admin, "POST", org.path + "/teams", {"name": name}, 409, "taken", "name")
        refused(org.admin, "PATCH", f"{org.path}/teams/{other}", {"name": name}, 409, "taken", "name")
    assert org.admin.must("PATCH", f"{org.path}/teams/{other}", {"name": "OTHER"})["name"] == "OTHER"


def test_teams_take_users_and_machines_of_their_own_organization(org, abroad):
    team = org.admin.must("POST", org.path + "/teams", {"name": "Crew"})["id"]
    inner = org.admin.must("POST", org.path + "/teams", {"name": "Inner"})["id"]
    absent = Client(org.api.base_url, org.admin.token).ask(
        "PUT", f"{org.path}/teams/{team}/members/{ABSENT['user']}")
    is_refused(absent, 404, "not_found")
    for subject in (abroad.user, abroad.machine, abroad.team, inner, "everyone", org.id, "x"):
        answer = Client(org.api.base_url, org.admin.token).ask(
            "PUT", f"{org.path}/teams/{team}/members/{subject}")
        assert without_request_id(answer) == without_request_id(absent), subject


def test_who_leaves_is_in_no_team(org):
    member, user = org.add_member()
    team = org.admin.must("POST", org.path + "/teams", {"name": "Crew"})["id"]
    org.admin.must("PUT", f"{org.path}/teams/{team}/members/{user}")
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert org.admin.must("GET", f"{org.path}/teams/{team}")["members"] == []


def test_lists_refuse_pages_that_are_none(org):
    for name in ("members", "teams", "machines", "resources", "keys", "audit"):
        path = f"{org.path}/{name}"
        for limit in ("0", "201", "-1", "x", "1.5", "", "99999999999999999999"):
            refused(org.admin, "GET", f"{path}?limit={limit}", None, 422, "bad_field", "limit")
        for cursor in ("", "x", "!!!", "MTc4MA", "LTE6eA", "MTpcJw", "a" * 500):
            refused(org.admin, "GET", f"{path}?cursor={cursor}", None, 400, "bad_cursor")
        for limit in (1, 200):
            assert org.admin.get(f"{path}?limit={limit}").status_code == 200
