"""Logging in and out, and who one is."""

import base64
import json
import time
import unicodedata

import pytest

from api_kit import (KINDS, ask, base_url, check_schema, counted, fresh_stack, home, is_refused,  # noqa: F401
                     openapi, secret, without_request_id)
from conftest import Api
from world import Client, new_password

RUNS = "claviger_argon2_runs_total"


def log_in(base_url, email, password):
    return Client(base_url).ask("POST", "/v1/session", {"email": email, "password": secret(password)})


# --- in ---

def test_log_in(base_url, world, openapi):
    answer = log_in(base_url, world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    assert answer.status == 200
    session = answer.json()
    check_schema(openapi, {"$ref": "#/components/schemas/Session"}, session)
    assert session["user"] == {"id": world.MEMBER, "email": world.MEMBER_EMAIL, "name": "Ben"}
    ends = time.mktime(time.strptime(session["expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert abs(ends - time.time() - 12 * 3600) < 10
    assert ask(base_url, "GET", "/v1/self", session["token"]).json()["id"] == world.MEMBER
    for part in session["token"].split("."):
        secret(part)


def test_a_wrong_password_and_an_unknown_address_look_the_same(base_url, api, world, new_org):
    """The same bytes, and the same work: one run of Argon2id each."""
    org = new_org()
    org.admin.must("POST", org.path + "/members", {"email": "nopass@test.example", "role": "member"})
    answers = []
    for email in (world.MEMBER_EMAIL, "nobody@test.example", "nopass@test.example", "not an address", "",
                  "a@b@c", "@", "x" * 10000 + "@test.example"):
        before = counted(base_url, RUNS)
        answer = log_in(base_url, email, "not the right password")
        assert counted(base_url, RUNS) == before + 1, email[:20]
        is_refused(answer, 401, "invalid_token", what=email[:20])
        assert "Set-Cookie" not in answer.headers
        answers.append(without_request_id(answer))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("password", ["", " ", "x" * 10000, "\u0000", "\ud800"])
def test_passwords_that_nobody_has(base_url, world, password):
    body = {"email": world.MEMBER_EMAIL, "password": password}
    answer = Client(base_url).ask("POST", "/v1/session", body)
    assert (answer.status, answer.code) == {"\u0000": (422, "bad_field"), "\ud800": (400, "bad_json")}.get(
        password, (401, "invalid_token"))


def test_neither_is_left_out_nor_null(base_url):
    for body, code, field in (({}, "missing_field", "email"), ({"email": "a@b.example"}, "missing_field", "password"),
                              ({"password": "x"}, "missing_field", "email"),
                              ({"email": None, "password": "x"}, "bad_field", "email"),
                              ({"email": "a@b.example", "password": None}, "bad_field", "password")):
        is_refused(Client(base_url).ask("POST", "/v1/session", body), 422, code, field)


def test_spellings_of_an_address_are_one_account(base_url, world, org):
    for email in (world.MEMBER_EMAIL.upper(), f"  {world.MEMBER_EMAIL}\t", world.MEMBER_EMAIL.title()):
        assert log_in(base_url, email, world.MEMBER_PASSWORD).status == 200, email
    email, password = "zo\u00eb@test.example", new_password()
    org.admin.must("POST", org.path + "/members", {"email": email, "role": "member", "password": password})
    for spelling in (email, unicodedata.normalize("NFD", email), email.replace("zo", "Zo")):
        assert log_in(base_url, spelling, password).status == 200, spelling
    # Beyond ASCII, letters that differ in case may be two people.
    assert log_in(base_url, email.upper(), password).status == 401


def test_a_password_in_any_form_of_unicode(base_url, org):
    password = secret("cr\u00e8me br\u00fbl\u00e9e \u00e0 la carte")
    org.add_member("nfc@test.example")
    email = "nfd@test.example"
    org.admin.must("POST", org.path + "/members", {"email": email, "role": "member", "password": password})
    for form in ("NFC", "NFD"):
        assert log_in(base_url, email, unicodedata.normalize(form, password)).status == 200, form
    assert log_in(base_url, email, password.upper()).status == 401
    assert log_in(base_url, email, password + " ").status == 401


def test_the_password_is_shown_again(stack, api, world):
    session = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)

    def show(password):
        return ask(stack.web.base_url, "POST", "/v1/session/proof", session.token, {"password": secret(password)})

    is_refused(show(world.MEMBER_PASSWORD + " "), 422, "bad_field", "password")
    assert show(world.MEMBER_PASSWORD).status == 204


# --- out ---

def test_a_session_is_dead_at_once(stack, api, world):
    session = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    other = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    assert session.get("/v1/self").status_code == 200
    answer = session.delete("/v1/session")
    assert answer.status_code == 204 and not answer.content
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    for _ in range(12):
        is_refused(ask(stack.web.base_url, "GET", "/v1/self", session.token), 401, "revoked")
    is_refused(ask(stack.web.base_url, "DELETE", "/v1/session", session.token), 401, "revoked")
    assert other.get("/v1/self").status_code == 200


def test_a_session_ends_after_its_time(base_url, api, world, db):
    session = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    claims = session.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    with db.cursor() as cursor:
        assert cursor.execute("UPDATE session SET expires_at = UNIX_TIMESTAMP() WHERE id = %s", (claims["sid"],)) == 1
    is_refused(ask(base_url, "GET", "/v1/self", session.token), 401, "expired")


# --- who one is ---

def test_self_of_a_session(base_url, world, api, openapi):
    me = world.member.must("GET", "/v1/self")
    check_schema(openapi, {"$ref": "#/components/schemas/Self"}, me)
    assert me == {"type": "user", "id": world.MEMBER, "name": "Ben", "email": world.MEMBER_EMAIL,
                  "organization": None, "organizations": me["organizations"]}
    assert {"id": world.ORG, "name": "Acme", "role": "member"} in me["organizations"]


@pytest.mark.parametrize("kind", KINDS)
def test_self_of_each_kind(base_url, home, world, openapi, kind):
    """Also seeds 0.1, 1.2, 2.2, 3.1 and 4.1: a key of each kind authenticates at the API."""
    me = ask(base_url, "GET", "/v1/self", home.tokens[kind]).json()
    check_schema(openapi, {"$ref": "#/components/schemas/Self"}, me)
    kinds_owner = {"machine": ("machine", home.machine), "organization": ("organization", home.id)}
    assert (me["type"], me["id"]) == kinds_owner.get(kind, ("user", world.ADMIN))
    assert me["organization"] == home.id
    assert me.get("role") == ("admin" if me["type"] == "user" else None)
    assert me.get("email") == (world.ADMIN_EMAIL if me["type"] == "user" else None)
    assert me["key"]["id"] == home.keys[kind] and me["key"]["kind"] == kind
    assert home.tokens[kind].startswith(me["key"]["prefix"])
    assert me["key"]["restrictions"] is None
    assert me["key"]["scopes"] == {"organization": ["write"], "provider": ["admin"], "space": ["full"]}.get(
        kind, ["read", "write", "admin"])


def test_self_tells_what_narrows_the_key(base_url, home):
    key = home.add_key("provider", scopes=["read"], restrictions=[{"provider": home.provider, "base_path": "/a/b"}])
    me = ask(base_url, "GET", "/v1/self", key["token"]).json()
    assert me["key"]["restrictions"] == [{"provider": home.provider, "base_path": "/a/b"}]
    key = home.add_key("space", scopes=["read"], restrictions=[{"base": home.base}], expires_at="2099-01-01")
    me = ask(base_url, "GET", "/v1/self", key["token"]).json()
    assert me["key"]["restrictions"] == [{"base": home.base}]
    assert me["key"]["expires_at"] == "2099-01-01T23:59:59Z"


def test_seed_3_8_keys_and_sessions_come_in_the_same_header(base_url, home):
    for token in (home.tokens["provider"], home.admin.token):
        answer = ask(base_url, "GET", "/v1/self", headers={"Authorization": "Bearer " + token})
        assert answer.status == 200 and answer.json()["type"] == "user"


def test_an_installation_without_passwords(new_stack):
    stack, api, world = fresh_stack(new_stack)
    stack.settings = {"access": {"passwords": "no"}}
    stack.write_config()
    stack.service.restart()
    stack.wait_ready()
    org = f"/v1/organizations/{world.ORG}"
    body = {"email": "new@test.example", "role": "member", "password": new_password()}
    answer = Client(api.base_url, world.admin.token).ask("POST", org + "/members", body)
    is_refused(answer, 422, "bad_field", "password")
    del body["password"]
    assert Api(api.base_url, world.admin.token).post(org + "/members", body).status_code == 201
