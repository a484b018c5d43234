"""The life of a key: lists and states, renaming, use, refresh, and its end."""

import datetime

import pytest

from api_kit import (WRITTEN_WITHIN, ask, base_url, check_schema, home, is_refused, openapi,  # noqa: F401
                     secret)
from process import wait_until
from test_api_keys import MADE, WISHES
from world import Client


def refused(client, method, path, body, status, code, field=None):
    answer = Client(client.base_url, client.token).ask(method, path, body)
    is_refused(answer, status, code, field, what=f"{method} {path} {body}")


def expire(db, key):
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() - 1 WHERE id = %s", (key["id"],))


def listed(client, org, query=""):
    return [k["id"] for k in client.must("GET", f"{org.path}/keys?limit=200&{query}")["items"]]


def path_of(org, key):
    return f"{org.path}/keys/{key['id']}"


# --- lists ---

@pytest.fixture
def shelf(org, db):
    """Keys of one member: of each kind one active, one expired and one ended; and one of the admin's."""
    member, _ = org.add_member()
    keys = {}
    for kind in MADE:
        by = org.admin if kind == "organization" else member
        for state in ("active", "expired", "revoked"):
            keys[kind, state] = org.add_key(kind, by=by, name=f"{kind} {state}", **WISHES[kind])
        expire(db, keys[kind, "expired"])
        by.must("DELETE", path_of(org, keys[kind, "revoked"]))
    org.shelf, org.shelf_owner = {at: key["id"] for at, key in keys.items()}, member
    return org


def on_shelf(org, *states, kinds=MADE):
    return {i for (kind, state), i in org.shelf.items() if state in states and kind in kinds}


def test_seed_2_17_seed_4_15_an_admin_sees_all(shelf, openapi):
    page = shelf.admin.must("GET", shelf.path + "/keys")
    check_schema(openapi, {"$ref": "#/components/schemas/KeyList"}, page)
    assert set(listed(shelf.admin, shelf)) == on_shelf(shelf, "active", "expired")
    assert set(listed(shelf.admin, shelf, "owner=all")) == on_shelf(shelf, "active", "expired")
    assert listed(shelf.admin, shelf, "owner=me") == []


def test_a_member_sees_the_own_ones(shelf):
    own = on_shelf(shelf, "active", "expired", kinds=("personal", "provider", "space"))
    for query in ("", "owner=me", "owner=all"):
        assert set(listed(shelf.shelf_owner, shelf, query)) == own
    other, _ = shelf.add_member()
    assert listed(other, shelf, "state=all") == []
    for key in shelf.shelf.values():
        for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None),
                                   ("POST", "/refresh", {})):
            refused(other, method, f"{shelf.path}/keys/{key}{path}", body, 404, "not_found")


def test_c10_and_c22_states(shelf):
    """Ended personal and space tokens leave the list; provider and organization keys stay in it, marked."""
    kept = on_shelf(shelf, "revoked", kinds=("provider", "organization"))
    for state, want in (("active", on_shelf(shelf, "active")), ("expired", on_shelf(shelf, "expired")),
                        ("revoked", kept), ("all", on_shelf(shelf, "active", "expired") | kept)):
        items = shelf.admin.must("GET", f"{shelf.path}/keys?state={state}&limit=200")["items"]
        assert {k["id"] for k in items} == want, state
        assert state == "all" or {k["state"] for k in items} == {state}
    for kind in MADE:
        assert set(listed(shelf.admin, shelf, "kind=" + kind)) == on_shelf(shelf, "active", "expired", kinds=[kind])
    for query in ("state=", "state=x", "state=Active", "kind=", "kind=x", "owner=", "owner=you"):
        refused(shelf.admin, "GET", f"{shelf.path}/keys?{query}", None, 422, "bad_field", query.partition("=")[0])


def test_seed_2_18_seed_2_19_seed_2_20_seed_2_21_seed_2_22_seed_2_23_columns(shelf):
    key = shelf.admin.must("GET", f"{shelf.path}/keys/{shelf.shelf['organization', 'active']}")
    assert key["name"] and key["prefix"].startswith("dk_") and key["permission"] == "read"
    assert key["created_at"] and key["created_by"] and key["expires_at"] is None and key["last_used_at"] is None


def test_keys_in_pages(org, db):
    """Also where many were made in the same second."""
    made = [org.add_key("provider", scopes=["read"])["id"] for _ in range(7)]
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET created_at = 1700000000 WHERE org_id = %s", (org.id,))
    for limit in (1, 2, 3, 7, 8):
        seen, cursor = [], ""
        while cursor is not None:
            page = org.admin.must("GET", f"{org.path}/keys?limit={limit}{cursor and '&cursor=' + cursor}")
            assert len(page["items"]) <= limit
            seen, cursor = seen + [k["id"] for k in page["items"]], page["next"]
        assert len(seen) == 7 and set(seen) == set(made)


def test_the_default_page_has_fifty(org, db):
    key = org.add_key("provider", scopes=["read"])["id"]
    with db.cursor() as cursor:
        for n in range(60):
            cursor.execute(
                "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, scopes, "
                "created_at, created_by) SELECT org_id, %s, kind, name, prefix, UNHEX(MD5(%s)), secret_hash, "
                "membership_id, scopes, created_at, created_by FROM api_key WHERE id = %s",
                (f"key_copy{n}", f"{org.id}{n}", key))
    first = org.admin.must("GET", org.path + "/keys")
    assert len(first["items"]) == 50
    rest = org.admin.must("GET", f"{org.path}/keys?cursor={first['next']}")
    assert len(rest["items"]) == 11 and rest["next"] is None


# --- renaming, use ---

def test_rename_and_describe(org):
    key = org.add_key("provider", scopes=["read"])
    path = path_of(org, key)
    seen = org.admin.must("PATCH", path, {"name": " New ", "description": "text"})
    assert (seen["name"], seen["description"]) == ("New", "text")
    assert org.admin.must("PATCH", path, {"description": None})["description"] is None
    assert org.admin.must("PATCH", path, {})["name"] == "New"
    for body, code, field in (({"name": None}, "bad_field", "name"), ({"scopes": ["admin"]}, "unknown_field", "scopes"),
                              ({"expires_at": None}, "unknown_field", "expires_at"),
                              ({"restrictions": None}, "unknown_field", "restrictions")):
        refused(org.admin, "PATCH", path, body, 422, code, field)
    assert ask(org.api.base_url, "GET", "/v1/self", key["token"]).json()["key"]["name"] == "New"


def test_an_ended_key_is_not_changed(org):
    key = org.add_key("provider", scopes=["read"])
    org.admin.must("DELETE", path_of(org, key))
    refused(org.admin, "PATCH", path_of(org, key), {"name": "x"}, 409, "conflict")
    refused(org.admin, "POST", path_of(org, key) + "/refresh", {}, 409, "conflict")


@pytest.mark.parametrize("kind", MADE)
def test_seed_0_21_seed_2_23_seed_4_15_last_used(base_url, org, kind):
    """Any successful authentication, also one that is then refused."""
    key = org.add_key(kind, **WISHES[kind])
    assert org.admin.must("GET", path_of(org, key))["last_used_at"] is None
    is_refused(ask(base_url, "GET", org.path + "/keys", key["token"]), 403, "session_required")
    wait_until(lambda: org.admin.must("GET", path_of(org, key))["last_used_at"], WRITTEN_WITHIN, "its use")
    seen = org.admin.must("GET", path_of(org, key))
    used = datetime.datetime.strptime(seen["last_used_at"], "%Y-%m-%dT%H:%M:%SZ")
    assert abs((datetime.datetime.utcnow() - used).total_seconds()) < 65
    assert seen["last_used_ip"] == "127.0.0.1"


def test_a_dead_key_is_not_used(base_url, org):
    key = org.add_key("provider", scopes=["read"])
    org.admin.must("DELETE", path_of(org, key))
    is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")
    assert org.admin.must("GET", path_of(org, key))["last_used_at"] is None


# --- the end ---

@pytest.mark.parametrize("kind", ["personal", "space"])
def test_seed_0_10_seed_0_23_seed_0_24_seed_4_19_delete(base_url, org, kind):
    key = org.add_key(kind, **WISHES[kind])
    assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
    org.admin.must("DELETE", path_of(org, key))
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")
    assert key["id"] not in listed(org.admin, org, "state=all")
    for method in ("GET", "DELETE"):
        refused(org.admin, method, path_of(org, key), None, 404, "not_found")


@pytest.mark.parametrize("kind", ["organization", "provider"])
def test_seed_2_24_seed_2_25_seed_2_26_seed_3_29_revoke(base_url, org, kind):
    key = org.add_key(kind, **WISHES[kind])
    for _ in range(2):
        org.admin.must("DELETE", path_of(org, key))
        for _ in range(6):
            is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")
    seen = org.admin.must("GET", path_of(org, key))
    assert seen["state"] == "revoked"


def test_ending_twice_is_one_event(org):
    key = org.add_key("provider", scopes=["read"])
    for _ in range(3):
        org.admin.must("DELETE", path_of(org, key))
    assert len(org.admin.must("GET", org.path + "/audit?action=key.end")["items"]) == 1


@pytest.mark.parametrize("kind", MADE)
def test_seed_2_11_seed_3_25_seed_4_20_expiry(base_url, org, db, kind):
    """Stops at once; c9: only what the kind says brings it back."""
    key = org.add_key(kind, **WISHES[kind])
    expire(db, key)
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "expired")
    assert org.admin.must("GET", path_of(org, key))["state"] == "expired"


def test_seed_3_26_an_expired_key_cannot_be_reactivated(org, db):
    for kind in ("personal", "organization", "provider"):
        key = org.add_key(kind, **WISHES[kind])
        expire(db, key)
        refused(org.admin, "POST", path_of(org, key) + "/refresh", {"expires_at": "2099-01-01"}, 409, "conflict")
        refused(org.admin, "PATCH", path_of(org, key), {"expires_at": "2099-01-01"}, 422, "unknown_field", "expires_at")


def test_x20_an_admin_ends_anybodys_key(base_url, org):
    member, _ = org.add_member()
    for kind in ("personal", "provider", "space"):
        key = org.add_key(kind, by=member, **WISHES[kind])
        org.admin.must("DELETE", path_of(org, key))
        is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "revoked")


# --- a new text in place ---

def test_seed_4_16_seed_4_17_seed_4_18_refresh(base_url, org, openapi):
    """c33: the date stays unless another is given."""
    key = org.add_key("space", scopes=["read", "write"], expires_at="2099-06-30")
    again = org.admin.must("POST", path_of(org, key) + "/refresh", {})
    check_schema(openapi, {"$ref": "#/components/schemas/MintedKey"}, again)
    assert again["id"] == key["id"] and again["token"] != key["token"]
    assert again["expires_at"] == key["expires_at"] and again["scopes"] == key["scopes"]
    for _ in range(6):
        is_refused(ask(base_url, "GET", "/v1/self", key["token"]), 401, "invalid_token")
        assert ask(base_url, "GET", "/v1/self", again["token"]).status == 200
    later = org.admin.must("POST", path_of(org, key) + "/refresh", {"expires_at": "2098-01-01"})
    assert later["expires_at"] == "2098-01-01T23:59:59Z"
    refused(org.admin, "POST", path_of(org, key) + "/refresh", {"expires_at": "2020-01-01"},
            422, "bad_field", "expires_at")
    refused(org.admin, "POST", path_of(org, key) + "/refresh", {"expires_at": None}, 422, "bad_field", "expires_at")
    assert ask(base_url, "GET", "/v1/self", later["token"]).status == 200


def test_refresh_without_a_body(base_url, org):
    """All its members may be left out, and so may the body."""
    key = org.add_key("space", scopes=["read"], expires_at="2099-06-30")
    answer = Client(base_url, org.admin.token).ask("POST", path_of(org, key) + "/refresh")
    assert answer.status == 200 and answer.json()["token"] != key["token"]
    secret(answer.json()["token"])


def test_c9_an_expired_space_token_needs_a_new_date(base_url, org, db):
    key = org.add_key("space", scopes=["read"], expires_at="2099-06-30")
    expire(db, key)
    refused(org.admin, "POST", path_of(org, key) + "/refresh", {}, 422, "missing_field", "expires_at")
    again = org.admin.must("POST", path_of(org, key) + "/refresh", {"expires_at": "2099-01-01"})
    assert ask(base_url, "GET", "/v1/self", again["token"]).status == 200


def test_never_for_ever_again_takes_the_policy(org):
    org.admin.must("PATCH", org.path + "/policy", {"space_never_allowed": True})
    key = org.add_key("space", scopes=["read"], expires_at=None)
    assert org.admin.must("POST", path_of(org, key) + "/refresh", {})["expires_at"] is None
    dated = org.add_key("space", scopes=["read"], expires_at="2099-01-01")
    assert org.admin.must("POST", path_of(org, dated) + "/refresh", {"expires_at": None})["expires_at"] is None


@pytest.mark.parametrize("kind", ["personal", "organization", "provider"])
def test_seed_0_20_other_kinds_get_no_new_text(base_url, org, kind):
    key = org.add_key(kind, **WISHES[kind])
    refused(org.admin, "POST", path_of(org, key) + "/refresh", {}, 409, "conflict")
    assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200


def test_a_new_text_is_for_the_owner_only(base_url, org):
    """Who gets it could act as the owner: other members see no such key, and an admin may end it only."""
    owner, _ = org.add_member()
    other, _ = org.add_member()
    key = org.add_key("space", by=owner, scopes=["full"], expires_at="2099-01-01")
    refused(other, "POST", path_of(org, key) + "/refresh", {}, 404, "not_found")
    answer = Client(base_url, org.admin.token).ask("POST", path_of(org, key) + "/refresh", {})
    is_refused(answer, 403, "role", scope=False)
    assert ask(base_url, "GET", "/v1/self", key["token"]).status == 200
    owner.must("POST", path_of(org, key) + "/refresh", {})
