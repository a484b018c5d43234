"""What keys of each kind open of an application behind the authorizer, through each web server.

The application's routes are those of contrib/routes.
"""

import time
from datetime import datetime, timedelta, timezone

import pytest

from world import Client, local


@pytest.fixture
def application(web, api):
    """The protected application; application.using(token) shows a key to it."""
    return api.using(None).at(web.protected_url)


def status_of(application, token, method, path):
    """The status, and the reason where it is a refusal."""
    answer = application.using(token).request(method, path)
    if answer.status_code == 200:
        assert answer.json()["method"] == method and answer.json()["path"] == path
        return 200
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    assert answer.headers["www-authenticate"].startswith('Bearer realm="claviger"')
    return answer.status_code, answer.json()["code"]


def told(application, token, path):
    """Who the application was told is calling."""
    answer = application.using(token).get(path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["remote_user"] == answer.json()["identity"]["id"]
    return answer.json()["identity"]


def add_provider(stack, org):
    return org.add_resource("provider", config={"driver": "local", **local(stack, "archive")})


def add_source(stack, org):
    return org.add_resource("source", config=local(stack, "handbook"))


# --- personal ---

def test_seed_0_1_token_acts_as_the_user_who_made_it(application, world):
    assert told(application, world.PERSONAL_TOKEN, f"/org/{world.ORG}/x") == {
        "type": "user", "id": world.MEMBER, "organization": world.ORG, "key": world.PERSONAL_KEY,
        "kind": "personal", "scopes": "read write admin"}


def test_seed_0_11_token_has_its_owners_role_and_sources(application, stack, org):
    member, user = org.add_member()
    token = org.add_key("personal", by=member, expires_in_days=30)["token"]
    own, shared, closed = (add_source(stack, org) for _ in range(3))
    org.grant(own, user, "admin")
    org.grant(shared, "everyone", "member")
    for method, path, expected in (
            ("GET", f"/org/{org.id}/x", 200),
            ("POST", f"/org/{org.id}/x", 200),
            ("GET", f"/sources/{own}/x", 200),
            ("PUT", f"/sources/{own}/x", 200),
            ("GET", f"/sources/{shared}/x", 200),
            ("PUT", f"/sources/{shared}/x", (403, "role")),
            ("GET", f"/sources/{closed}/x", (403, "role")),
    ):
        assert status_of(application, token, method, path) == expected, path


def test_seed_0_25_token_is_bound_to_one_organization(application, world):
    assert status_of(application, world.PERSONAL_TOKEN, "GET", f"/org/{world.OTHER_ORG}/x") == (403, "resource")


def test_seed_0_26_leaving_stops_the_tokens(application, org):
    member, user = org.add_member()
    token = org.add_key("personal", by=member, expires_in_days=30)["token"]
    assert status_of(application, token, "GET", f"/org/{org.id}/x") == 200
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert status_of(application, token, "GET", f"/org/{org.id}/x")[0] == 401


def test_seed_0_30_and_0_31_disabled_tokens_stop_and_come_back(application, org):
    token = org.add_key("personal", expires_in_days=30)["token"]
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    assert status_of(application, token, "GET", f"/org/{org.id}/x") == (401, "kind_disabled")
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    assert status_of(application, token, "GET", f"/org/{org.id}/x") == 200


# --- machines ---

def test_seed_1_14_to_1_16_machine_reads_or_rules_what_it_is_assigned_to(application, stack, org):
    made = org.add_machine()
    reads, rules = add_source(stack, org), add_source(stack, org)
    for source, role in ((reads, "member"), (rules, "admin")):
        org.admin.must("PUT", f"{org.path}/machines/{made['machine']['id']}/sources/{source}", {"role": role})
    assert status_of(application, made["token"], "GET", f"/sources/{reads}/x") == 200
    assert status_of(application, made["token"], "PUT", f"/sources/{reads}/x") == (403, "role")
    assert status_of(application, made["token"], "PUT", f"/sources/{rules}/x") == 200
    identity = told(application, made["token"], f"/sources/{reads}/x")
    assert (identity["type"], identity["id"], identity["kind"]) == \
        ("machine", made["machine"]["id"], "machine")


def test_seed_1_18_and_1_20_team_grants_count_and_the_highest_wins(application, stack, org):
    made = org.add_machine()
    machine, source = made["machine"]["id"], add_source(stack, org)
    team = org.admin.must("POST", org.path + "/teams", {"name": "Robots"})["id"]
    org.grant(source, team, "admin")
    assert status_of(application, made["token"], "GET", f"/sources/{source}/x") == (403, "role")
    org.admin.must("PUT", f"{org.path}/teams/{team}/members/{machine}")
    org.admin.must("PUT", f"{org.path}/machines/{machine}/sources/{source}", {"role": "member"})
    assert status_of(application, made["token"], "PUT", f"/sources/{source}/x") == 200


def test_seed_1_21_and_1_22_machine_gets_nothing_that_everyone_has(application, stack, org):
    made = org.add_machine()
    member, _ = org.add_member()
    person = org.add_key("personal", by=member, expires_in_days=30)["token"]
    source = add_source(stack, org)
    org.grant(source, "everyone", "admin")
    assert status_of(application, person, "GET", f"/sources/{source}/x") == 200
    assert status_of(application, made["token"], "GET", f"/sources/{source}/x") == (403, "role")
    assert status_of(application, made["token"], "GET", f"/org/{org.id}/x") == (403, "role")


def test_seed_1_27_regenerated_key_ends_the_old_one(application, stack, org):
    made = org.add_machine()
    machine, source = made["machine"]["id"], add_source(stack, org)
    org.admin.must("PUT", f"{org.path}/machines/{machine}/sources/{source}", {"role": "member"})
    new = org.admin.must("POST", f"{org.path}/machines/{machine}/key", {"expires_in": "30d"})["token"]
    assert status_of(application, made["token"], "GET", f"/sources/{source}/x")[0] == 401
    assert status_of(application, new, "GET", f"/sources/{source}/x") == 200


# --- organization keys ---

def test_seed_2_9_and_2_10_read_and_write(application, org):
    read = org.add_key("organization", permission="read")["token"]
    write = org.add_key("organization", permission="write")["token"]
    path = f"/v1/organizations/{org.id}/appointments"
    assert status_of(application, read, "GET", path) == 200
    assert status_of(application, read, "POST", path) == (403, "scope")
    assert status_of(application, write, "GET", path) == 200
    assert status_of(application, write, "POST", path) == 200
    assert told(application, write, path)["type"] == "organization"


def test_seed_2_30_data_of_other_organizations_is_out_of_reach(application, stack, world, org):
    token = org.add_key("organization", permission="write")["token"]
    for path in (f"/org/{world.OTHER_ORG}/x", f"/v1/organizations/{world.ORG}/appointments",
                 f"/sources/{world.SOURCE}/x", f"/files/{world.PROVIDER}/x"):
        assert status_of(application, token, "GET", path) == (403, "resource"), path


def test_another_organizations_things_look_like_none(application, world):
    """The same bytes, request id aside, so that ids cannot be probed."""
    bodies = []
    for source in (world.OTHER_SOURCE, "res_" + "0" * 20):
        answer = application.using(world.ORG_TOKEN).get(f"/sources/{source}/x")
        body = answer.json()
        body.pop("request_id", None)
        bodies.append((answer.status_code, answer.headers["www-authenticate"], body))
    assert bodies[0] == bodies[1]


def test_seed_2_25_revoked_key_stops_at_once(application, org):
    made = org.add_key("organization", permission="read")
    assert status_of(application, made["token"], "GET", f"/org/{org.id}/x") == 200
    org.admin.must("DELETE", f"{org.path}/keys/{made['id']}")
    assert status_of(application, made["token"], "GET", f"/org/{org.id}/x") == (401, "revoked")


# --- provider keys ---

def provider_key(org, provider, base, scopes=("read",)):
    return org.add_key("provider", scopes=list(scopes),
                       restrictions=[{"provider": provider, "base_path": base}])["token"]


@pytest.mark.parametrize("base, inside, outside", [
    ("/", ["/", "/backups", "/team/assets/x"], []),
    ("/backups", ["/backups", "/backups/", "/backups/2025", "/backups/2025/january.txt"],
     ["/", "/backups2", "/backups2/x", "/backup", "/documents/contract.txt", "/x/backups"]),
    ("/team/assets", ["/team/assets", "/team/assets/images"],
     ["/", "/team", "/team/", "/team/asset", "/team/assets2/images", "/assets"]),
])
def test_seed_3_23_base_path(application, stack, org, base, inside, outside):
    provider = add_provider(stack, org)
    token = provider_key(org, provider, base)
    for path in inside:
        assert status_of(application, token, "GET", f"/files/{provider}{path}") == 200, path
    for path in outside:
        assert status_of(application, token, "GET", f"/files/{provider}{path}") == (403, "path"), path


@pytest.mark.parametrize("disguise", [
    "/backups/../documents/contract.txt", "/backups/%2e%2e/documents/contract.txt",
    "/backups/..%2fdocuments/contract.txt", "/backups//../documents", "/backups/./../documents",
    "/backups%2f..%2fdocuments", "/backups/..\\documents", "/backups/%252e%252e/documents",
    "/backups;/../documents", "/backups/..;/documents", "/backups/%00/x",
])
def test_seed_3_23_base_path_in_disguise(application, world, raw_status, disguise):
    status = raw_status(application, "GET", f"/files/{world.PROVIDER}{disguise}", world.PROVIDER_TOKEN)
    assert status in (400, 403, 404)


@pytest.fixture
def raw_status():
    """The status for a target that goes out as it is written."""
    def ask(application, method, target, token):
        return Client(application.base_url, token).ask(method, target).status

    return ask


def test_seed_3_22_reads_and_writes_only_inside_whatever_the_scope(application, stack, org):
    provider = add_provider(stack, org)
    token = provider_key(org, provider, "/backups", ["admin"])
    assert status_of(application, token, "GET", f"/files/{provider}/backups/x") == 200
    assert status_of(application, token, "PUT", f"/files/{provider}/backups/x") == 200
    assert status_of(application, token, "GET", f"/files/{provider}/x") == (403, "path")
    assert status_of(application, token, "PUT", f"/files/{provider}/x") == (403, "path")


def test_seed_3_11_to_3_13_scopes_add_up(application, stack, org):
    provider = add_provider(stack, org)
    path = f"/files/{provider}/x"
    for scopes, reads, writes in ((["read"], 200, (403, "scope")), (["write"], 200, 200),
                                  (["admin"], 200, 200), (["read", "write"], 200, 200)):
        token = org.add_key("provider", scopes=scopes)["token"]
        assert status_of(application, token, "GET", path) == reads, scopes
        assert status_of(application, token, "PUT", path) == writes, scopes


def test_seed_3_18_and_3_20_unlisted_providers_are_out_of_reach(application, stack, org):
    listed, other = add_provider(stack, org), add_provider(stack, org)
    token = provider_key(org, listed, "/")
    assert status_of(application, token, "GET", f"/files/{listed}/x") == 200
    assert status_of(application, token, "GET", f"/files/{other}/x") == (403, "resource")


def test_seed_3_17_and_3_24_no_restriction_covers_future_providers(application, stack, org):
    token = org.add_key("provider", scopes=["read"])["token"]
    assert status_of(application, token, "GET", f"/files/{add_provider(stack, org)}/x") == 200


def test_seed_3_29_revoked_key_gets_401(application, stack, org):
    provider = add_provider(stack, org)
    made = org.add_key("provider", scopes=["read"])
    assert status_of(application, made["token"], "GET", f"/files/{provider}/x") == 200
    org.admin.must("DELETE", f"{org.path}/keys/{made['id']}")
    assert status_of(application, made["token"], "GET", f"/files/{provider}/x") == (401, "revoked")


def test_id_of_another_type_is_no_id(application, stack, org):
    """A source's id where a provider's belongs would mislead the application."""
    token = org.add_key("personal", expires_in_days=30)["token"]
    source, provider = add_source(stack, org), add_provider(stack, org)
    assert status_of(application, token, "GET", f"/sources/{source}/x") == 200
    assert status_of(application, token, "GET", f"/files/{source}/x") == (403, "resource")
    assert status_of(application, token, "GET", f"/sources/{provider}/x") == (403, "resource")


# --- space keys ---

def test_seed_4_6_space_token_opens_its_spaces_only(application, world):
    assert status_of(application, world.SPACE_TOKEN, "GET", f"/api/table/{world.TABLE}/record") == 200
    assert status_of(application, world.SPACE_TOKEN, "GET", f"/api/table/{world.TABLE2}/record") == \
        (403, "resource")


def test_seed_4_21_missing_scope_is_403(application, world):
    answer = application.using(world.SPACE_TOKEN).post(f"/api/table/{world.TABLE}/record", {})
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == \
        'Bearer realm="claviger", error="insufficient_scope", scope="write"'


def test_seed_4_10_and_4_11_write_does_not_read(application, world):
    made = world.member.must("POST", f"/v1/organizations/{world.ORG}/keys",
                             {"kind": "space", "name": "writer", "scopes": ["write"],
                              "expires_at": "2099-12-31"})
    path = f"/api/table/{world.TABLE}/record"
    assert status_of(application, made["token"], "POST", path) == 200
    assert status_of(application, made["token"], "GET", path) == (403, "scope")


def test_seed_4_17_refreshed_token_ends_the_old_one(application, world):
    keys = f"/v1/organizations/{world.ORG}/keys"
    made = world.member.must("POST", keys, {"kind": "space", "name": "to refresh", "scopes": ["full"],
                                            "expires_at": "2099-12-31"})
    path = f"/api/table/{world.TABLE}/record"
    assert status_of(application, made["token"], "POST", path) == 200
    new = world.member.must("POST", f"{keys}/{made['id']}/refresh", {})["token"]
    assert status_of(application, made["token"], "GET", path)[0] == 401
    assert status_of(application, new, "GET", path) == 200


def test_seed_4_19_and_4_20_deleted_token_is_401(application, world):
    keys = f"/v1/organizations/{world.ORG}/keys"
    made = world.member.must("POST", keys, {"kind": "space", "name": "to delete", "scopes": ["read"],
                                            "expires_at": "2099-12-31"})
    path = f"/api/table/{world.TABLE}/record"
    assert status_of(application, made["token"], "GET", path) == 200
    world.member.must("DELETE", f"{keys}/{made['id']}")
    assert status_of(application, made["token"], "GET", path) == (401, "revoked")


# --- all kinds ---

def test_seed_1_13_one_address_takes_every_kind(application, world):
    for token, kind in ((world.PERSONAL_TOKEN, "personal"), (world.MACHINE_TOKEN, "machine"),
                        (world.ORG_TOKEN, "organization"), (world.PROVIDER_TOKEN, "provider"),
                        (world.SPACE_TOKEN, "space")):
        answer = application.using(token).post("/mcp/v1", {})
        assert answer.status_code == 200, kind
        assert answer.json()["identity"]["kind"] == kind
        assert answer.json()["identity"]["organization"] == world.ORG


def test_seed_2_11_and_3_25_expired_key_stops_at_once(application, stack, org):
    provider = add_provider(stack, org)
    end = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=3)
    paths = {"organization": f"/org/{org.id}/x", "provider": f"/files/{provider}/x"}
    tokens = {
        "organization": org.add_key("organization", permission="read", expires_at=f"{end:%Y-%m-%dT%H:%M:%SZ}"),
        "provider": org.add_key("provider", scopes=["read"], expires_at=f"{end:%Y-%m-%dT%H:%M:%SZ}"),
    }
    for kind, made in tokens.items():
        assert status_of(application, made["token"], "GET", paths[kind]) == 200, kind
    time.sleep(max(0, (end - datetime.now(timezone.utc)).total_seconds()) + 0.05)
    for kind, made in tokens.items():
        assert status_of(application, made["token"], "GET", paths[kind]) == (401, "expired"), kind


def test_key_lists_addresses(application, org):
    for ranges, expected in ((["127.0.0.0/8"], 200), (["10.0.0.0/8", "::1/128"], (403, "address"))):
        token = org.add_key("organization", permission="read", allowed_ips=ranges)["token"]
        assert status_of(application, token, "GET", f"/org/{org.id}/x") == expected


# --- sessions ---

def test_session_is_asked_in_the_organization_of_the_address(application, world):
    token = world.member.token
    assert status_of(application, token, "POST", f"/org/{world.ORG}/x") == 200
    assert status_of(application, token, "GET", f"/org/{world.OTHER_ORG}/x") == (403, "resource")
    identity = told(application, token, f"/org/{world.ORG}/x")
    assert (identity["type"], identity["id"], identity["organization"]) == ("user", world.MEMBER, world.ORG)
    assert (identity["kind"], identity["key"]) == ("session", None)
    # Which organization is meant, if the address does not say it?
    assert status_of(application, token, "POST", "/mcp/v1") == (403, "resource")


@pytest.mark.parametrize("method, origin, status", [
    ("GET", None, 200), ("HEAD", None, 200), ("POST", None, 403), ("POST", "own", 200),
    ("POST", "http://evil.example", 403), ("GET", "http://evil.example", 403), ("POST", "null", 403),
])
def test_cookie_counts_only_for_the_own_site(application, world, method, origin, status):
    headers = {"Cookie": "claviger=" + world.member.token}
    if origin:
        headers["Origin"] = application.base_url if origin == "own" else origin
    answer = application.request(method, f"/org/{world.ORG}/x", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "csrf"
