"""Sessions: seeing them, ending them, and changing the password."""

import secrets

import pytest

from api_kit import ask, base_url, check_schema, is_refused, openapi, secret, session_id  # noqa: F401
from conftest import Api
from world import Client, new_password


class Person:
    def __init__(self, api, org):
        self.api, self.email, self.password = api, f"{secrets.token_hex(6)}@test.example", secret(new_password())
        self.id = org.admin.must("POST", org.path + "/members", {"email": self.email, "role": "member",
                                                                 "password": self.password})["id"]

    def log_in(self, password=None):
        return self.api.log_in(self.email, password or self.password)


@pytest.fixture
def person(api, org):
    return Person(api, org)


@pytest.fixture
def other(api, org):
    return Person(api, org)


def listed(session):
    return session.must("GET", "/v1/sessions")["items"]


def alive(session):
    return session.get("/v1/self").status_code == 200


# --- seeing and ending ---

def test_ones_own_sessions(person, other, base_url, openapi):
    first, second = person.log_in(), person.log_in()
    other.log_in()
    items = listed(second)
    check_schema(openapi, {"$ref": "#/components/schemas/SessionList"}, {"items": items, "next": None})
    assert {i["id"] for i in items} == {session_id(first.token), session_id(second.token)}
    assert [i["current"] for i in items if i["id"] == session_id(second.token)] == [True]
    assert sum(i["current"] for i in items) == 1
    assert {(i["source"], i["address"]) for i in items} == {("password", "127.0.0.1")}
    assert all("python-httpx" in i["agent"] for i in items)


def test_pages_of_sessions(person):
    sessions = [person.log_in() for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = sessions[0].must("GET", "/v1/sessions?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += [i["id"] for i in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(session_id(s.token) for s in sessions)
    times = {i["id"]: i["created_at"] for i in listed(sessions[0])}
    assert [times[i] for i in seen] == sorted(times.values(), reverse=True)


def test_end_one(person):
    first, second = person.log_in(), person.log_in()
    path = "/v1/sessions/" + session_id(first.token)
    assert second.delete(path).status_code == 204
    is_refused(ask(second.base_url, "GET", "/v1/self", first.token), 401, "revoked")
    assert second.delete(path).status_code == 404
    assert [i["id"] for i in listed(second)] == [session_id(second.token)]
    # One's own, too.
    assert second.delete("/v1/sessions/" + session_id(second.token)).status_code == 204
    assert not alive(second)


def test_end_all_others(person, other):
    first, second, third = person.log_in(), person.log_in(), person.log_in()
    strange = other.log_in()
    assert second.delete("/v1/sessions").status_code == 204
    assert [alive(s) for s in (first, second, third, strange)] == [False, True, False, True]


def test_another_persons_session_is_as_good_as_none(person, other):
    mine, strange = person.log_in(), other.log_in()
    assert mine.delete("/v1/sessions/" + session_id(strange.token)).status_code == 404
    assert alive(strange)


def test_by_cookie_it_takes_the_csrf_token(person, base_url):
    session = person.log_in()
    cookie = {"Cookie": "claviger=" + session.token}
    for method, path in (("DELETE", "/v1/sessions"), ("DELETE", "/v1/sessions/" + session_id(session.token)),
                         ("POST", "/v1/session/password")):
        for more in ({}, {"Origin": base_url}, {"X-CSRF-Token": session.csrf},
                     {"Origin": "https://evil.example", "X-CSRF-Token": session.csrf}):
            is_refused(ask(base_url, method, path, headers={**cookie, **more}), 403, "csrf")
    good = {**cookie, "Origin": base_url, "X-CSRF-Token": session.csrf}
    assert ask(base_url, "DELETE", "/v1/sessions", headers=good).status == 204
    assert alive(session)


# --- the password ---

def change(session, password, new_password):
    return session.post("/v1/session/password", {"password": password, "new_password": new_password})


def test_change_the_password(person, api):
    first, second = person.log_in(), person.log_in()
    fresh = secret(new_password())
    assert change(second, person.password, fresh).status_code == 204
    assert (alive(first), alive(second)) == (False, True)
    wrong = Client(api.base_url).ask("POST", "/v1/session", {"email": person.email, "password": person.password})
    is_refused(wrong, 401, "invalid_token")
    assert alive(person.log_in(fresh))


def test_a_wrong_password_changes_nothing(person, base_url):
    first, second = person.log_in(), person.log_in()
    for password in (secret(new_password()), "", person.password + " ", person.password.upper(), "x" * 5000):
        answer = Client(base_url, second.token).ask(
            "POST", "/v1/session/password", {"password": password, "new_password": secret(new_password())})
        is_refused(answer, 422, "bad_field", "password")
    assert alive(first) and alive(second) and alive(person.log_in())


@pytest.mark.parametrize("password", ["", "too short", "passwordpassword", "abcabcabcabcabcabc", "x" * 129])
def test_new_passwords_that_are_no_good(person, base_url, password):
    answer = Client(base_url, person.log_in().token).ask(
        "POST", "/v1/session/password", {"password": person.password, "new_password": password})
    is_refused(answer, 422, "bad_field", "new_password")


def test_no_key_changes_a_password(person, org, base_url):
    session = person.log_in()
    key = org.add_key("provider", by=session, scopes=["admin"])
    for method, path in (("POST", "/v1/session/password"), ("GET", "/v1/sessions"), ("DELETE", "/v1/sessions")):
        is_refused(ask(base_url, method, path, key["token"]), 403, "session_required")


# --- the command line ---

def test_the_operator_sees_and_ends_them(stack, person):
    session = person.log_in()
    line = stack.service.must("user", "sessions", person.email.upper()).strip().split("\t")
    assert line[:2] == [session_id(session.token), "password"] and line[4] == "127.0.0.1"
    assert stack.service.must("user", "logout", person.email) == ""
    assert not alive(session)
    assert stack.service.must("user", "sessions", "--json", person.email) == ""
    session = person.log_in()
    assert stack.service.must("user", "unlink", person.email) == ""
    assert not alive(session)
    for command in ("sessions", "logout", "unlink"):
        done = stack.service.run("user", command, "nobody@test.example")
        assert done.returncode == 1 and "no account of nobody@test.example" in done.stderr


# --- the audit ---

def told(org, person, action):
    items = org.admin.must("GET", f"{org.path}/audit?action={action}")["items"]
    return [(e["actor_type"], e["actor"], e["after"]) for e in items if e["target"] == person.id]


def test_what_is_done_to_an_account_is_told(stack, org, person, base_url):
    session, other, second = person.log_in(), person.log_in(), secret(new_password())
    assert len(told(org, person, "login")) == 2
    session.must("DELETE", f"/v1/sessions/{session_id(other.token)}")
    session.must("DELETE", "/v1/sessions")
    assert told(org, person, "user.logout") == [("user", person.id, {"session": "others"}),
                                                ("user", person.id, {"session": session_id(other.token)})]
    session.must("POST", "/v1/session/password", {"password": person.password, "new_password": second})
    token = secret(stack.service.must("user", "reset", person.email).strip())
    answer = Client(base_url).ask("POST", "/v1/password-reset/confirm",
                                  {"token": token, "new_password": secret(new_password())})
    assert answer.status == 204, answer.text
    assert told(org, person, "user.password") == [("user", person.id, {"by": "token"}), ("user", person.id, None)]
    for command in ("confirm", "unlink", "logout"):
        assert stack.service.must("user", command, person.email) == ""
        assert told(org, person, f"user.{command}")[0][0] == "operator"
