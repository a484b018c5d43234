"""The rows of seeds.txt: those that say whether a credential counts, through every web server; and
that every row has its test."""

import re
from pathlib import Path

import pytest

import seed_rows
from api_kit import KINDS, is_refused
from test_api_keys import WISHES
from test_ui_rows import ROWS
from world import Client


# --- the table ---

def test_every_row_has_a_test_and_every_test_its_row():
    rows, named = seed_rows.rows(), {number for number in ROWS if number[0] != "X"}
    for path in Path(__file__).parent.glob("test_*.py"):
        for test in re.findall(r"^def (test_\w+)", path.read_text(), re.M):
            named.update(seed_rows.numbers(test))
    assert named <= set(rows), f"no such rows: {sorted(named - set(rows))}"
    untested = [n for n, row in rows.items() if row.door in seed_rows.TESTED and n not in named]
    assert not untested, f"rows without a test: {untested}"


def test_the_rows_are_whole():
    assert {seed: sum(n.startswith(f"{seed}.") for n in seed_rows.rows()) for seed in range(5)} == {
        0: 33, 1: 34, 2: 31, 3: 30, 4: 23}


# --- through every web server ---

class Door:
    """One web server: what it says of a credential."""

    def __init__(self, web):
        self.client = Client(web.base_url)
        self.base_url = web.base_url

    def ask(self, token, path="/v1/self", method="GET"):
        return Client(self.base_url, token).ask(method, path)

    def lets_in(self, token):
        answer = self.ask(token)
        assert answer.status == 200, (answer.status, answer.text)
        return answer.json()

    def refuses(self, token, code):
        is_refused(self.ask(token), 401, code)


@pytest.fixture
def door(web):
    return Door(web)


def add(org, kind, by=None, **wish):
    """A key of this kind, as {id, token}."""
    if kind == "machine":
        made = org.add_machine(**wish)
        return {"id": made["key"]["id"], "token": made["token"], "machine": made["machine"]["id"]}
    return org.add_key(kind, by=by, **{**WISHES[kind], **wish})


def expire(db, key):
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (key["id"],))


def end(org, key, by=None):
    (by or org.admin).must("DELETE", f"{org.path}/machines/{key['machine']}" if "machine" in key
                           else f"{org.path}/keys/{key['id']}")


@pytest.mark.parametrize("kind", KINDS)
def test_seed_0_1_seed_0_2_seed_0_13_seed_1_2_seed_1_10_seed_1_13_seed_2_2_seed_2_28_seed_3_1_seed_4_1_the_text_is_all(
        door, org, kind):
    """The one header, one address for all kinds, and nothing without it."""
    key = add(org, kind)
    assert door.lets_in(key["token"])["key"]["kind"] == kind
    is_refused(door.ask(None), 401, "no_credential")
    for scheme in ("Basic ", "Token ", ""):
        answer = door.client.ask("GET", "/v1/self", headers={"Authorization": scheme + key["token"]})
        assert answer.status in (400, 401), (scheme, answer.status)


def test_seed_3_8_a_key_is_sent_as_a_session_is(door, org):
    member, user = org.add_member()
    key = add(org, "provider", by=member)
    assert door.lets_in(key["token"])["id"] == door.lets_in(member.token)["id"] == user


@pytest.mark.parametrize("kind", KINDS)
def test_seed_0_10_seed_0_23_seed_1_30_seed_1_33_seed_2_25_seed_2_26_seed_3_29_seed_4_19_seed_4_20_ended_at_once(
        door, org, kind):
    key = add(org, kind)
    door.lets_in(key["token"])
    end(org, key)
    for _ in range(3):
        door.refuses(key["token"], "revoked")


@pytest.mark.parametrize("kind", KINDS)
def test_seed_1_23_seed_2_11_seed_3_25_seed_4_20_expired_at_once(door, org, db, kind):
    key = add(org, kind)
    expire(db, key)
    door.refuses(key["token"], "expired")


def test_seed_3_26_an_expired_one_cannot_be_revived(door, org, db):
    key = add(org, "provider")
    expire(db, key)
    path = f"{org.path}/keys/{key['id']}"
    for method, address, body in (("PATCH", path, {"expires_at": "2099-01-01"}),
                                  ("POST", path + "/refresh", {"expires_at": "2099-01-01"})):
        assert Client(org.admin.base_url, org.admin.token).ask(method, address, body).status in (409, 422)
    door.refuses(key["token"], "expired")


def test_seed_0_25_one_user_one_organization(door, new_org, world):
    first, second = new_org(), new_org()
    key = add(first, "personal")
    me = door.lets_in(key["token"])
    assert (me["id"], me["organization"]) == (world.ADMIN, first.id)
    assert door.ask(key["token"], first.path).status == 200
    is_refused(door.ask(key["token"], second.path), 404, "not_found")


def test_seed_0_26_leaving_stops_the_tokens(door, org):
    member, user = org.add_member()
    keys = [add(org, kind, by=member) for kind in ("personal", "provider", "space")]
    for key in keys:
        door.lets_in(key["token"])
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    for key in keys:
        door.refuses(key["token"], "owner_gone")


def test_seed_0_30_seed_0_31_off_and_on_again(door, org):
    kept, deleted = add(org, "personal"), add(org, "personal")
    other = add(org, "provider")
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": False})
    door.refuses(kept["token"], "kind_disabled")
    door.lets_in(other["token"])
    end(org, deleted)
    org.admin.must("PATCH", org.path + "/policy", {"personal_tokens_enabled": True})
    door.lets_in(kept["token"])
    door.refuses(deleted["token"], "revoked")


def test_seed_1_8_seed_1_27_a_regenerated_key_ends_the_old_one(door, org):
    key = add(org, "machine")
    door.lets_in(key["token"])
    fresh = org.admin.must("POST", f"{org.path}/machines/{key['machine']}/key", {"expires_in": "90d"})
    door.refuses(key["token"], "invalid_token")
    door.lets_in(fresh["token"])


def test_seed_4_16_seed_4_17_a_refreshed_token_ends_the_old_text(door, org):
    key = add(org, "space")
    door.lets_in(key["token"])
    fresh = org.admin.must("POST", f"{org.path}/keys/{key['id']}/refresh", {})
    door.refuses(key["token"], "invalid_token")
    assert door.lets_in(fresh["token"])["key"]["id"] == key["id"]


def test_seed_4_21_a_scope_that_is_not_enough_is_403(door, org):
    space = org.add_resource("space")
    key = add(org, "space", scopes=["read"])
    path = f"{org.path}/resources/{space}"
    assert door.ask(key["token"], path).status == 200
    answer = door.ask(key["token"], path, "DELETE")
    is_refused(answer, 403, "scope")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
