"""An account whose password somebody else chose, and an organization that adds it in good faith."""

import secrets

import pytest

from api_kit import ABSENT, ask, base_url, check_schema, is_refused, openapi, secret, without_request_id  # noqa: F401
from conftest import Org
from world import Client, new_password


@pytest.fixture
def victim(api, world, org):
    """An address, made with a password by the admin of one organization, then added by another."""
    class Victim:
        email, password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
        mine = org
        id = org.admin.must("POST", org.path + "/members", {"email": email, "role": "member",
                                                            "password": password})["id"]
        theirs = Org(api, world.other, "Theirs " + secrets.token_hex(6))
        added = theirs.admin.must("POST", theirs.path + "/members",
                                  {"email": email, "role": "admin", "password": new_password(), "name": "X"})
    return Victim


def organizations(session):
    ids = [o["id"] for o in session.must("GET", "/v1/organizations")["items"]]
    assert ids == [o["id"] for o in session.must("GET", "/v1/self")["organizations"]]
    return ids


def test_the_password_opens_nothing_elsewhere(api, base_url, victim, openapi):
    """Not even to see that there is anything."""
    check_schema(openapi, {"$ref": "#/components/schemas/Member"}, victim.added)
    assert victim.added["awaits_confirmation"] is True and victim.added["id"] == victim.id
    session = api.log_in(victim.email, victim.password)
    assert organizations(session) == [victim.mine.id]
    for method, rest, body in (("GET", "", None), ("GET", "/members", None), ("GET", "/keys", None),
                               ("POST", "/keys", '{"kind": "provider", "name": "x", "scopes": ["admin"]}'),
                               ("DELETE", "", None), ("GET", "/audit", None)):
        hidden = ask(base_url, method, victim.theirs.path + rest, session.token, body, body and "application/json")
        absent = ask(base_url, method, f"/v1/organizations/{ABSENT['org']}" + rest, session.token, body,
                     body and "application/json")
        is_refused(hidden, 404, "not_found", what=method + rest)
        assert without_request_id(hidden) == without_request_id(absent)
    resource = victim.theirs.add_resource("space")
    hidden = ask(base_url, "POST", "/v1/verify", session.token,
                 '{"token": "%s", "action": "read"}' % victim.theirs.add_key("organization", permission="read")["token"],
                 "application/json")
    assert hidden.json() == {"active": False, "allowed": False, "code": "unknown"}, resource
    # In the organization that made the account all is as it was.
    assert session.get(victim.mine.path).status_code == 200


def test_changing_the_password_confirms_nothing(api, victim):
    session = api.log_in(victim.email, victim.password)
    fresh = secret(new_password())
    session.must("POST", "/v1/session/password", {"password": victim.password, "new_password": fresh})
    assert organizations(session) == [victim.mine.id]
    assert organizations(api.log_in(victim.email, fresh)) == [victim.mine.id]


def test_the_owner_of_the_address_confirms_it(stack, api, base_url, victim):
    """By the token of the mail; whoever knew the old password is out, everywhere."""
    impostor = api.log_in(victim.email, victim.password)
    token = secret(stack.service.must("user", "reset", victim.email).strip())
    fresh = secret(new_password())
    assert Client(base_url).ask("POST", "/v1/password-reset/confirm",
                                {"token": token, "new_password": fresh}).status == 204
    is_refused(ask(base_url, "GET", "/v1/self", impostor.token), 401, "revoked")
    session = api.log_in(victim.email, fresh)
    assert set(organizations(session)) == {victim.mine.id, victim.theirs.id}
    members = {m["id"]: m for m in session.must("GET", victim.theirs.path + "/members")["items"]}
    assert "awaits_confirmation" not in members[victim.id]


def test_the_operator_confirms_it(stack, api, victim):
    session = api.log_in(victim.email, victim.password)
    assert stack.service.must("user", "confirm", victim.email) == ""
    assert set(organizations(session)) == {victim.mine.id, victim.theirs.id}


def test_what_the_operator_made_is_confirmed(stack, api, world, org):
    email, password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
    stack.service.must("user", "add", "--password-stdin", email, stdin=password + "\n")
    added = org.admin.must("POST", org.path + "/members", {"email": email, "role": "member"})
    assert "awaits_confirmation" not in added
    assert organizations(api.log_in(email, password)) == [org.id]


def test_ones_own_organization_is_open(api, victim):
    session = api.log_in(victim.email, victim.password)
    own = session.must("POST", "/v1/organizations", {"name": "Own"})["id"]
    assert set(organizations(session)) == {victim.mine.id, own}


def test_an_account_without_a_password_waits_for_nothing(stack, api, world, org):
    """Nobody can log in to it; its first password comes by its own mail, or from the operator."""
    email = f"{secrets.token_hex(6)}@test.example"
    org.admin.must("POST", org.path + "/members", {"email": email, "role": "member"})
    theirs = Org(api, world.other, "Theirs " + secrets.token_hex(6))
    added = theirs.admin.must("POST", theirs.path + "/members",
                              {"email": email, "role": "member", "password": new_password()})
    assert "awaits_confirmation" not in added
    password = secret(new_password())
    stack.service.must("user", "passwd", "--password-stdin", email, stdin=password + "\n")
    assert set(organizations(api.log_in(email, password))) == {org.id, theirs.id}


def test_not_behind_the_authorizer_either(stack, api, victim):
    session = api.log_in(victim.email, victim.password)
    for org, status in ((victim.mine, 200), (victim.theirs, 403)):
        answer = ask(stack.web.protected_url, "GET", f"/org/{org.id}/x", session.token)
        assert answer.status in (status, 404) if status == 403 else answer.status == status, answer.text
