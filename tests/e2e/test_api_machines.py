"""Machines, their one key, and what they reach (seed 001)."""

import calendar
import datetime
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_kit import (ABSENT, WRITTEN_WITHIN, abroad, ask, base_url, check_schema, home, is_refused,  # noqa: F401
                     fresh_stack, openapi)
from process import wait_until
from world import Client


def refused(client, method, path, body, status, code, field=None):
    answer = Client(client.base_url, client.token).ask(method, path, body)
    is_refused(answer, status, code, field, what=f"{method} {path} {body}")


def machine_path(org, made):
    return f"{org.path}/machines/{made['machine']['id']}"


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def months_after(start, months):
    """c5: calendar months, clamped to the end of a shorter one."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def test_seed_1_1_seed_1_5_a_machine_is_no_user(base_url, org, openapi):
    made = org.admin.must("POST", org.path + "/machines", {"name": " builder ", "description": "for CI",
                                                          "expires_in": "90d"})
    check_schema(openapi, {"$ref": "#/components/schemas/MintedMachine"}, made)
    assert (made["machine"]["name"], made["machine"]["description"]) == ("builder", "for CI")
    assert made["machine"]["id"].startswith("mch_") and made["key"]["owner"] == made["machine"]["id"]
    me = ask(base_url, "GET", "/v1/self", made["token"]).json()
    assert (me["type"], me["id"], me["name"]) == ("machine", made["machine"]["id"], "builder")
    assert "email" not in me and "role" not in me
    assert made["machine"] == org.admin.must("GET", machine_path(org, made)) | {"last_used_at": None,
                                                                               "last_used_ip": None}


def test_seed_1_3_machines_need_an_admin(org):
    member, _ = org.add_member()
    made = org.add_machine()
    for method, path, body in (("GET", org.path + "/machines", None), ("GET", machine_path(org, made), None),
                               ("POST", org.path + "/machines", {"name": "x", "expires_in": "30d"}),
                               ("POST", machine_path(org, made) + "/key", {"expires_in": "30d"}),
                               ("DELETE", machine_path(org, made), None)):
        refused(member, method, path, body, 403, "role")


def test_seed_1_4_names_are_unique_in_the_organization(org, new_org):
    org.add_machine(name="Caf\u00e9")
    other = org.add_machine(name="other")
    for name in ("Caf\u00e9", " caf\u00e9 ", "CAF\u00c9", unicodedata.normalize("NFD", "Caf\u00e9")):
        refused(org.admin, "POST", org.path + "/machines", {"name": name, "expires_in": "30d"}, 409, "taken", "name")
        refused(org.admin, "PATCH", machine_path(org, other), {"name": name}, 409, "taken", "name")
    new_org().add_machine(name="Caf\u00e9")
    gone = org.add_machine(name="gone")
    org.admin.must("DELETE", machine_path(org, gone))
    org.add_machine(name="gone")


@pytest.mark.parametrize("period", ["30d", "90d", "6mo", "1y", "never"])
def test_seed_1_6_periods(org, period):
    made = org.add_machine(period)
    key = made["key"]
    assert made["machine"]["expires_at"] == key["expires_at"]
    if period == "never":
        assert key["expires_at"] is None
        return
    start, end = moment(key["created_at"]), moment(key["expires_at"])
    want = {"30d": start + datetime.timedelta(days=30), "90d": start + datetime.timedelta(days=90),
            "6mo": months_after(start, 6), "1y": months_after(start, 12)}[period]
    assert end == want


@pytest.mark.parametrize("period", ["", "30", "31d", "30D", "1m", "forever", "180d", "2099-01-01", None])
def test_periods_that_are_none(org, period):
    refused(org.admin, "POST", org.path + "/machines", {"name": "x", "expires_in": period},
            422, "bad_field", "expires_in")
    assert org.admin.must("GET", org.path + "/machines")["items"] == []


def test_seed_1_7_seed_1_9_the_key_is_shown_once(org):
    made = org.add_machine()
    assert made["token"].startswith("drvm_") and made["key"]["prefix"] == made["token"][:11]
    for path in (machine_path(org, made), org.path + "/machines", org.path + "/keys?kind=machine",
                 f"{org.path}/keys/{made['key']['id']}", org.path + "/audit"):
        text = org.admin.get(path).text
        assert made["token"] not in text and made["token"][:12] not in text
    assert org.admin.must("GET", machine_path(org, made))["prefix"] == made["token"][:11]


def test_seed_1_8_seed_1_25_seed_1_26_seed_1_27_regenerate(base_url, org, openapi):
    made = org.add_machine("30d")
    again = org.admin.must("POST", machine_path(org, made) + "/key", {"expires_in": "1y"})
    check_schema(openapi, {"$ref": "#/components/schemas/MintedMachineKey"}, again)
    assert again["key"]["id"] == made["key"]["id"] and again["token"] != made["token"]
    assert again["key"]["expires_at"] > made["key"]["expires_at"]
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 401, "invalid_token")
        assert ask(base_url, "GET", "/v1/self", again["token"]).status == 200
    never = org.admin.must("POST", machine_path(org, made) + "/key", {"expires_in": "never"})
    assert never["key"]["expires_at"] is None
    refused(org.admin, "POST", machine_path(org, made) + "/key", {}, 422, "missing_field", "expires_in")
    refused(org.admin, "POST", machine_path(org, made) + "/key", {"expires_in": "x"}, 422, "bad_field", "expires_in")


def test_an_expired_key_is_regenerated(base_url, org, db):
    """c9, and 1.23 and 1.24: it stops at once, and the overview says so."""
    made = org.add_machine("30d")
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (made["key"]["id"],))
    is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 401, "expired")
    assert org.admin.must("GET", machine_path(org, made))["state"] == "expired"
    again = org.admin.must("POST", machine_path(org, made) + "/key", {"expires_in": "30d"})
    assert ask(base_url, "GET", "/v1/self", again["token"]).status == 200
    assert org.admin.must("GET", machine_path(org, made))["state"] == "active"


def test_a_key_revoked_by_its_text_is_regenerated(base_url, org):
    made = org.add_machine("30d")
    answer = ask(base_url, "POST", "/oauth/revoke", None, "token=" + made["token"],
                 "application/x-www-form-urlencoded")
    assert answer.status == 200
    assert org.admin.must("GET", machine_path(org, made))["state"] == "no_key"
    again = org.admin.must("POST", machine_path(org, made) + "/key", {"expires_in": "30d"})
    assert again["key"]["id"] != made["key"]["id"]
    assert ask(base_url, "GET", "/v1/self", again["token"]).status == 200
    is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 401, "revoked")


def test_a_machines_key_ends_with_the_machine_only(org):
    made = org.add_machine()
    path = f"{org.path}/keys/{made['key']['id']}"
    refused(org.admin, "DELETE", path, None, 409, "conflict")
    refused(org.admin, "POST", path + "/refresh", {}, 409, "conflict")
    refused(org.admin, "POST", org.path + "/keys", {"kind": "machine", "name": "x"}, 422, "bad_field", "kind")


def test_seed_1_28_last_used(base_url, org, db):
    made = org.add_machine()
    assert org.admin.must("GET", machine_path(org, made))["last_used_at"] is None
    ask(base_url, "GET", org.path + "/teams", made["token"])  # 403: it authenticated all the same
    wait_until(lambda: org.admin.must("GET", machine_path(org, made))["last_used_at"], WRITTEN_WITHIN, "its use")
    seen = org.admin.must("GET", machine_path(org, made))
    assert seen["last_used_ip"] == "127.0.0.1"
    assert org.admin.must("GET", f"{org.path}/keys/{made['key']['id']}")["last_used_at"] == seen["last_used_at"]


def test_rename_and_describe(org):
    made = org.add_machine()
    path = machine_path(org, made)
    assert org.admin.must("PATCH", path, {"name": "New", "description": "text"})["name"] == "New"
    assert org.admin.must("PATCH", path, {"description": None})["description"] is None
    assert org.admin.must("PATCH", path, {"description": " "})["description"] is None
    seen = org.admin.must("PATCH", path, {})
    assert (seen["name"], seen["description"]) == ("New", None)
    refused(org.admin, "PATCH", path, {"name": None}, 422, "bad_field", "name")
    refused(org.admin, "PATCH", path, {"expires_in": "1y"}, 422, "unknown_field", "expires_in")


def allowed(org, machine_token, resource, action="read"):
    """What the organization's own machine is told about another's text."""
    asker = getattr(org, "asker", None) or org.add_machine()["token"]
    org.asker = asker
    verdict = Client(org.api.base_url, asker).must("POST", "/v1/verify", {
        "token": machine_token, "action": action, "resource": resource})
    return verdict["allowed"], verdict["code"]


def test_seed_1_14_seed_1_15_seed_1_16_seed_1_17_direct_assignments(org, openapi):
    made = org.add_machine()
    one, two = org.add_resource("source", "one"), org.add_resource("source", "two")
    path = machine_path(org, made) + "/sources"
    org.admin.must("PUT", f"{path}/{one}", {"role": "member"})
    org.admin.must("PUT", f"{path}/{two}", {"role": "admin"})
    listed = org.admin.must("GET", path)
    check_schema(openapi, {"$ref": "#/components/schemas/AssignmentList"}, listed)
    assert {(a["resource"], a["name"], a["role"], a["effective_role"]) for a in listed["items"]} == {
        (one, "one", "member", "member"), (two, "two", "admin", "admin")}
    assert allowed(org, made["token"], one) == (True, "ok")
    assert allowed(org, made["token"], one, "write") == (False, "role")
    assert allowed(org, made["token"], two, "admin") == (True, "ok")
    org.admin.must("PUT", f"{path}/{one}", {"role": "admin"})
    assert allowed(org, made["token"], one, "admin") == (True, "ok")
    org.admin.must("DELETE", f"{path}/{one}")
    assert allowed(org, made["token"], one) == (False, "role")
    refused(org.admin, "DELETE", f"{path}/{one}", None, 404, "not_found")
    for role in ("", "none", "Admin", "owner"):
        refused(org.admin, "PUT", f"{path}/{one}", {"role": role}, 422, "bad_field", "role")
    refused(org.admin, "PUT", f"{path}/{one}", {}, 422, "missing_field", "role")


def test_seed_1_18_seed_1_19_seed_1_20_teams(org, openapi):
    """A machine inherits what its teams have, and the highest role wins."""
    made = org.add_machine()
    source = org.add_resource("source")
    team = org.admin.must("POST", org.path + "/teams", {"name": "Robots"})["id"]
    org.grant(source, team, "admin")
    path = machine_path(org, made)
    assert allowed(org, made["token"], source) == (False, "role")
    org.admin.must("PUT", f"{path}/sources/{source}", {"role": "member"})
    assert allowed(org, made["token"], source, "write") == (False, "role")
    org.admin.must("PUT", f"{path}/teams/{team}")
    listed = org.admin.must("GET", path + "/teams")
    check_schema(openapi, {"$ref": "#/components/schemas/TeamList"}, listed)
    assert [t["id"] for t in listed["items"]] == [team]
    assert allowed(org, made["token"], source, "admin") == (True, "ok")
    assert org.admin.must("GET", path + "/sources")["items"][0]["effective_role"] == "admin"
    org.admin.must("DELETE", f"{path}/teams/{team}")
    assert allowed(org, made["token"], source, "write") == (False, "role")
    assert org.admin.must("GET", path + "/teams")["items"] == []
    refused(org.admin, "DELETE", f"{path}/teams/{team}", None, 404, "not_found")


def test_seed_1_21_seed_1_22_nothing_that_everyone_has(base_url, org):
    made = org.add_machine()
    member, _ = org.add_member()
    source = org.add_resource("source")
    org.grant(source, "everyone", "admin")
    org.grant(org.id, "everyone", "editor")
    # Not by way of a team either, which has members that do get it.
    team = org.admin.must("POST", org.path + "/teams", {"name": "Robots"})["id"]
    org.admin.must("PUT", f"{org.path}/machines/{made['machine']['id']}/teams/{team}")
    assert member.get(f"{org.path}/resources/{source}").status_code == 200
    assert allowed(org, made["token"], source) == (False, "role")
    assert allowed(org, made["token"], org.id) == (False, "role")
    # c17: it authenticates, its list is empty, and a named source is not there.
    assert ask(base_url, "GET", org.path + "/resources", made["token"]).json() == {"items": [], "next": None}
    is_refused(ask(base_url, "GET", f"{org.path}/resources/{source}", made["token"]), 404, "not_found")


def test_seed_1_30_seed_1_31_seed_1_32_seed_1_33_deleting_a_machine(base_url, org, db):
    made = org.add_machine()
    source = org.add_resource("source")
    team = org.admin.must("POST", org.path + "/teams", {"name": "Robots"})["id"]
    path = machine_path(org, made)
    org.admin.must("PUT", f"{path}/sources/{source}", {"role": "admin"})
    org.admin.must("PUT", f"{path}/teams/{team}")
    org.admin.must("DELETE", path)
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 401, "revoked")
    for method, target in (("GET", path), ("DELETE", path), ("GET", path + "/sources"), ("GET", path + "/teams"),
                           ("GET", f"{org.path}/keys/{made['key']['id']}")):
        refused(org.admin, method, target, None, 404, "not_found")
    assert org.admin.must("GET", f"{org.path}/teams/{team}")["members"] == []
    assert org.admin.must("GET", f"{org.path}/resources/{source}/grants")["items"] == []
    assert org.admin.must("GET", org.path + "/machines")["items"] == []
    assert org.admin.must("GET", org.path + "/keys?state=all")["items"] == []


def test_a_machine_at_its_addresses_only(org, abroad):
    """Grants and teams take other subjects, too: these addresses do not."""
    source = org.add_resource("source")
    _, user = org.add_member()
    for subject in (user, "everyone", abroad.machine, ABSENT["machine"], source):
        refused(org.admin, "PUT", f"{org.path}/machines/{subject}/sources/{source}", {"role": "member"},
                404, "not_found")
    made = org.add_machine()
    for resource in (abroad.source, ABSENT["resource"]):
        refused(org.admin, "PUT", f"{machine_path(org, made)}/sources/{resource}", {"role": "member"},
                404, "not_found")
        refused(org.admin, "DELETE", f"{machine_path(org, made)}/sources/{resource}", None, 404, "not_found")


def test_machines_in_pages(org):
    made = {org.add_machine()["machine"]["id"] for _ in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = org.admin.must("GET", f"{org.path}/machines?limit=2{cursor and '&cursor=' + cursor}")
        seen, cursor = seen + [m["id"] for m in page["items"]], page["next"]
    assert len(seen) == 5 and set(seen) == made


def test_allowed_addresses(base_url, org):
    made = org.add_machine(allowed_ips=["192.0.2.0/24"])
    is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 403, "address")
    made = org.add_machine(allowed_ips=["127.0.0.1"])
    assert made["key"]["allowed_ips"] == ["127.0.0.1"]
    assert ask(base_url, "GET", "/v1/self", made["token"]).status == 200


def test_limits_of_machines_and_personal_tokens(new_stack):
    _, api, world = fresh_stack(new_stack, settings={
        "limits": {"throttle_exempt": "127.0.0.0/8", "machines_per_organization": 3, "personal_per_member": 2}})
    org = f"/v1/organizations/{world.ORG}"
    made = [world.admin.post(org + "/machines", {"name": f"m{n}", "expires_in": "30d"}) for n in range(3)]
    assert [a.status_code for a in made] == [201, 201, 409]  # the world has one
    refused(world.admin, "POST", org + "/machines", {"name": "x", "expires_in": "30d"}, 409, "limit_reached")
    world.admin.must("DELETE", f"{org}/machines/{made[0].json()['machine']['id']}")
    world.admin.must("POST", org + "/machines", {"name": "x", "expires_in": "30d"})
    wish = {"kind": "personal", "expires_in_days": 30}
    keys = [world.admin.post(org + "/keys", {**wish, "name": f"k{n}"}) for n in range(3)]
    assert [a.status_code for a in keys] == [201, 201, 409]
    world.admin.must("DELETE", f"{org}/keys/{keys[0].json()['id']}")
    world.admin.must("POST", org + "/keys", {**wish, "name": "again"})
    member = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    # The member has one.  Of many who ask at once no more are served than there is room for.
    with ThreadPoolExecutor(6) as pool:
        keys = pool.map(lambda n: member.post(org + "/keys", {**wish, "name": f"at once {n}"}).status_code, range(6))
        assert sorted(keys) == [201] + [409] * 5
