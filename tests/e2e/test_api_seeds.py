"""Rows of the seed documents that no other test of the API is named after."""

import urllib.error
import urllib.request

import pytest

from api_kit import WRITTEN_WITHIN, ask, base_url, home, is_refused  # noqa: F401
from process import wait_until
from test_api_keys import WISHES
from world import Client


def script(url, **headers):
    """What a script would do: no cookie, no browser, only the key."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


@pytest.mark.parametrize("kind", ["personal", "machine", "organization", "provider", "space"])
def test_seed_0_1_seed_0_2_seed_0_13_seed_1_2_seed_1_10_seed_2_2_seed_2_28_seed_3_1_seed_4_1_a_script_needs_the_key_only(
        base_url, home, kind):
    status, body = script(base_url + "/v1/self", Authorization="Bearer " + home.tokens[kind])
    assert status == 200 and home.keys[kind] in body
    assert script(base_url + "/v1/self")[0] == 401


def test_seed_0_25_a_token_is_of_one_user_in_one_organization(base_url, new_org, world):
    first, second = new_org(), new_org()
    token = first.add_key("personal", expires_in_days=30)["token"]
    assert ask(base_url, "GET", first.path, token).status == 200
    is_refused(ask(base_url, "GET", second.path, token), 404, "not_found")
    me = ask(base_url, "GET", "/v1/self", token).json()
    assert (me["id"], me["organization"]) == (world.ADMIN, first.id)


def test_seed_0_27_admins_manage_the_members_tokens(base_url, org):
    member, user = org.add_member()
    key = org.add_key("personal", by=member, expires_in_days=30)
    listed = org.admin.must("GET", org.path + "/keys?kind=personal")["items"]
    assert [(k["id"], k["owner"], k["last_used_at"]) for k in listed] == [(key["id"], user, None)]
    org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
    is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")


def test_seed_0_20_seed_2_27_old_and_new_live_side_by_side(base_url, org):
    """Rotating without a pause: make the new one, switch, end the old one."""
    for kind in ("personal", "organization", "provider"):
        old, new = (org.add_key(kind, name=name, **WISHES[kind]) for name in ("old", "new"))
        for key in (old, new):
            assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
        org.admin.must("DELETE", f"{org.path}/keys/{old['id']}")
        is_refused(ask(base_url, "GET", "/v1/self", old["token"]), 401, "revoked")
        assert ask(base_url, "GET", "/v1/self", new["token"]).status == 200


def test_seed_1_13_one_address_tells_the_kinds_apart_by_their_prefix(base_url, home):
    for kind, token in home.tokens.items():
        assert ask(base_url, "GET", "/v1/self", token).json()["key"]["kind"] == kind
    assert "key" not in ask(base_url, "GET", "/v1/self", home.admin.token).json()


def test_seed_1_23_seed_1_24_the_overview_of_an_expired_machine(base_url, org, db):
    made = org.add_machine("30d")
    path = f"{org.path}/machines/{made['machine']['id']}"
    seen = org.admin.must("GET", path)
    assert (seen["state"], seen["expires_at"]) == ("active", made["key"]["expires_at"])
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (made["key"]["id"],))
    is_refused(ask(base_url, "GET", "/v1/self", made["token"]), 401, "expired")
    assert org.admin.must("GET", path)["state"] == "expired"


def test_seed_1_29_the_list_tells_which_machines_work(base_url, org):
    busy, idle = org.add_machine(name="busy"), org.add_machine(name="idle")
    assert ask(base_url, "GET", "/v1/self", busy["token"]).status == 200

    def used():
        return {m["name"]: m["last_used_at"] for m in org.admin.must("GET", org.path + "/machines")["items"]}

    wait_until(lambda: used()["busy"], WRITTEN_WITHIN, "its use")
    assert used()["idle"] is None
    assert idle["machine"]["last_used_at"] is None


@pytest.mark.parametrize("kind", list(WISHES))
def test_seed_2_13_seed_4_22_a_lost_text_is_lost(org, kind):
    """No address shows it again: what is read of a key, in all its places, has the prefix and no more."""
    key = org.add_key(kind, **WISHES[kind])
    rest = key["token"][len(key["prefix"]):]
    for path in (f"/keys/{key['id']}", "/keys?state=all", "/audit", "", "/members", "/resources"):
        assert rest[:8] not in org.admin.get(org.path + path).text


def test_seed_2_8_seed_4_4_a_key_has_a_name(home, base_url):
    for kind, wish in WISHES.items():
        answer = Client(base_url, home.admin.token).ask("POST", home.path + "/keys", {"kind": kind, **wish})
        is_refused(answer, 422, "missing_field", "name")


def test_seed_2_14_stored_hashed(org, db):
    key = org.add_key("organization", permission="read")
    with db.cursor() as cursor:
        cursor.execute("SELECT secret_hash, lookup, prefix FROM api_key WHERE id = %s", (key["id"],))
        row = cursor.fetchone()
    assert row["secret_hash"].startswith("$argon2id$") and row["prefix"] == key["token"][:7]
    assert key["token"].encode()[:16] != row["lookup"] and key["token"][7:] not in row["secret_hash"]


def test_seed_2_30_data_of_other_organizations_is_out_of_reach(base_url, home, world):
    for permission in ("read", "write"):
        token = home.add_key("organization", permission=permission)["token"]
        for path in ("", "/resources", "/members", f"/resources/{world.OTHER_SOURCE}", "/policy"):
            is_refused(ask(base_url, "GET", f"/v1/organizations/{world.OTHER_ORG}{path}", token), 404, "not_found")


def test_seed_3_2_a_provider_key_is_its_owners(base_url, org):
    """Its admin scope gives no more than its owner has."""
    member, _ = org.add_member()
    token = org.add_key("provider", by=member, scopes=["admin"])["token"]
    provider = org.add_resource("provider")
    is_refused(ask(base_url, "GET", f"{org.path}/resources/{provider}", token), 404, "not_found")
    is_refused(ask(base_url, "GET", org.path + "/members", token), 403, "role")


def test_seed_3_15_an_admins_admin_key_has_full_access(base_url, org):
    token = org.add_key("provider", scopes=["admin"])["token"]
    client = Client(base_url, token)
    made = client.must("POST", org.path + "/resources", {"type": "provider", "name": "made by a key"})
    client.must("PATCH", f"{org.path}/resources/{made['id']}", {"name": "renamed by a key"})
    client.must("PATCH", org.path + "/policy", {"personal_max_days": 90})
    client.must("DELETE", f"{org.path}/resources/{made['id']}")


def test_seed_4_20_seed_4_21_401_is_dead_403_lacks_the_scope(base_url, home):
    key = home.add_key("space", scopes=["read"], expires_at="2099-01-01")
    path = f"{home.path}/resources/{home.table}"
    assert ask(base_url, "GET", path, key["token"]).status == 200
    answer = ask(base_url, "PATCH", path, key["token"], '{"name": "x"}', "application/json")
    is_refused(answer, 403, "scope")
    assert 'scope="admin"' in answer.headers["WWW-Authenticate"]
    home.admin.must("DELETE", f"{home.path}/keys/{key['id']}")
    is_refused(ask(base_url, "GET", path, key["token"]), 401, "revoked")
