"""Access tokens, as the clients of tables know them: the keys of kind space."""

import json

import pytest

from api_kit import SEEN_SECRETS, ask, base_url  # noqa: F401
from tables_kit import Table, refused


@pytest.fixture
def table(org):
    return Table(org)


def tokens(table):
    return table.must("GET", "/api/access-token", workspace=table.org.id)


def test_seed_4_15_a_token(table):
    wish = {"name": "CI/CD", "description": "nightly", "scopes": ["read", "write"], "spaceIds": [table.space],
            "expiredTime": "2099-03-25"}
    made = table.must("POST", "/api/access-token", wish, status=201, workspace=table.org.id)
    text = made.pop("token")
    SEEN_SECRETS.add(text)
    assert text.startswith("dnt_") and made == {
        "id": made["id"], "name": "CI/CD", "description": "nightly", "scopes": ["read", "write"],
        "spaceIds": [table.space], "baseIds": None, "hasFullAccess": False, "expiredTime": "2099-03-25T23:59:59Z",
        "createdTime": made["createdTime"], "lastUsedTime": None}
    path = "/api/access-token/" + made["id"]
    assert table.must("GET", path) == made and tokens(table) == [made]
    assert table.org.admin.must("GET", f"{table.org.path}/keys/{made['id']}")["restrictions"] == [{"space": table.space}]
    second = table.token_of(["full"])
    assert second["hasFullAccess"] is True and (second["spaceIds"], second["baseIds"]) == (None, None)
    assert sorted(t["id"] for t in tokens(table)) == sorted((made["id"], second["id"]))
    whoami = table.must("GET", "/api/auth/user", token=text)
    assert whoami["id"] == table.must("GET", "/v1/self")["id"] and set(whoami) == {"id", "name", "email"}


def test_seed_4_16_seed_4_17_seed_4_18_a_new_text_in_place(table):
    old = table.token_of(["read"])
    path = f"/api/access-token/{old['id']}/refresh"
    new = table.must("POST", path)
    assert new["id"] == old["id"] and new["token"] != old["token"] and new["expiredTime"] == old["expiredTime"]
    refused(table.ask("GET", "record", token=old["token"]), 401, "unauthorized")
    assert table.must("GET", "record", token=new["token"]) == {"records": []}
    assert table.must("POST", path, {"expiredTime": "2098-01-01"})["expiredTime"] == "2098-01-01T23:59:59Z"
    refused(table.ask("GET", "record", token=new["token"]), 401, "unauthorized")
    refused(table.ask("POST", path, {"expiredTime": "2001-01-01"}), 400, "validation_error", "expiredTime")


def test_seed_4_19_seed_4_20_a_deleted_token(table):
    made = table.token_of(["read"])
    assert table.must("DELETE", "/api/access-token/" + made["id"]) is None
    assert refused(table.ask("GET", "record", token=made["token"]), 401, "unauthorized") == "Unauthorized"
    assert tokens(table) == []
    refused(table.ask("GET", "/api/access-token/" + made["id"]), 404, "not_found")


def test_other_scopes_for_the_same_text(org, table):
    made = table.token_of(["read"], spaceIds=[table.space])
    path = "/api/access-token/" + made["id"]
    body = {"records": [{"fields": {}}]}
    refused(table.ask("POST", "record", body, token=made["token"]), 403, "restricted_resource")
    changed = table.must("PUT", path, {"name": "w", "scopes": ["write"]})
    assert (changed["name"], changed["scopes"], changed["spaceIds"]) == ("w", ["write"], [table.space])
    table.must("POST", "record", body, token=made["token"], status=201)
    refused(table.ask("GET", "record", token=made["token"]), 403, "restricted_resource")
    other = Table(org)
    table.must("PUT", path, {"name": "w", "scopes": ["read"], "baseIds": [other.base]})
    refused(table.ask("GET", "record", token=made["token"]), 404, "not_found")
    assert other.must("GET", "record", token=made["token"]) == {"records": []}
    one = table.must("PUT", path, {"name": "w", "scopes": ["read"], "spaceIds": None})
    assert one["baseIds"] == [other.base] and not one["hasFullAccess"], "that of the other list stays"
    whole = {"name": "w", "scopes": ["read"], "spaceIds": None, "baseIds": None}
    assert table.must("PUT", path, whole)["hasFullAccess"] is True
    assert table.must("GET", "record", token=made["token"])["records"]
    told = org.admin.must("GET", f"{org.path}/audit?action=key.change&limit=1")["items"][0]
    assert told["target"] == made["id"] and '"restrictions"' in json.dumps(told)
    for bad in ({"name": "w"}, {"scopes": ["read"]}, {"name": "w", "scopes": []}, {"name": "", "scopes": ["read"]},
                {"name": "w", "scopes": ["read"], "expiredTime": "2099-01-01"}):
        refused(table.ask("PUT", path, bad), 400, "validation_error")


def test_only_the_owners_own(org, table):
    member, _ = org.add_member()
    theirs = org.add_key("space", by=member, scopes=["read"], expires_at="2099-12-31")["id"]
    provider = org.add_key("provider", scopes=["read"])["id"]
    for key in (theirs, provider, "key_00000000000000000000", "x", "%C3%A9", "a-b"):
        for method, more, body in (("GET", "", None), ("DELETE", "", None), ("POST", "/refresh", {}),
                                   ("PUT", "", {"name": "x", "scopes": ["read"]})):
            for named in (None, org.id):
                answer = table.ask(method, f"/api/access-token/{key}{more}", body, workspace=named)
                refused(answer, 404, "not_found")


def test_finer_scopes(table):
    """They count where all that one of ours allows is named: no token may do more than was asked."""
    reading = ["record|read", "field|read", "view|read", "table|read", "base|read"]
    assert table.token_of(reading)["scopes"] == ["read"]
    assert table.token_of(reading + ["record|create", "record|update", "record|delete"])["scopes"] == ["read", "write"]
    for scopes in (["record|read"], reading + ["record|create"], ["space|create"], ["full|read"], ["|"]):
        wish = {"name": "t", "scopes": scopes, "expiredTime": "2099-12-31"}
        refused(table.ask("POST", "/api/access-token", wish, workspace=table.org.id), 400, "validation_error", "scopes")


@pytest.mark.parametrize("change, message", [
    ({"name": ""}, "name"), ({"name": None}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["all"]}, "scopes"),
    ({"spaceIds": []}, "spaceIds"), ({"baseIds": []}, "baseIds"), ({"spaceIds": ["spc0000000000000000"]}, "spaceIds"),
    ({"hasFullAccess": False}, "hasFullAccess"), ({"expiredTime": None}, "expiredTime"),
    ({"expiredTime": "soon"}, "expiredTime"), ({"expiredTime": "2001-01-01"}, "expiredTime"), ({"more": 1}, "more")])
def test_wishes_that_are_no_good(table, change, message):
    wish = {"name": "t", "scopes": ["read"], "expiredTime": "2099-12-31", **change}
    refused(table.ask("POST", "/api/access-token", wish, workspace=table.org.id), 400, "validation_error", message)
    both = {"name": "t", "scopes": ["read"], "expiredTime": "2099-12-31", "spaceIds": [table.space], "hasFullAccess": True}
    refused(table.ask("POST", "/api/access-token", both, workspace=table.org.id), 400, "validation_error")
    assert tokens(table) == []
