"""A password that was forgotten: asking for mail, and choosing another by its token."""

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import fcgi
import pytest

from api_kit import ask, base_url, counted, fresh_stack, is_refused, secret, without_request_id  # noqa: F401
from world import Client, new_password


class Person:
    def __init__(self, stack, api, org):
        self.stack, self.api = stack, api
        self.email, self.password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
        org.admin.must("POST", org.path + "/members", {"email": self.email, "role": "member",
                                                       "password": self.password})

    def token(self):
        return secret(self.stack.service.must("user", "reset", self.email).strip())


@pytest.fixture
def person(stack, api, org):
    return Person(stack, api, org)


def confirm(base_url, token, password):
    return Client(base_url).ask("POST", "/v1/password-reset/confirm", {"token": token, "new_password": password})


def log_in(base_url, email, password):
    return Client(base_url).ask("POST", "/v1/session", {"email": email, "password": password})


def seen_to(db, email, seconds=15):
    """The row of a wish once the keeper has seen to it; None if it led nowhere."""
    for _ in range(seconds * 20):
        with db.cursor() as cursor:
            cursor.execute("SELECT * FROM password_reset WHERE email = %s", (email,))
            row = cursor.fetchone()
        if row is None or row["digest"] is not None:
            return row
        time.sleep(0.05)
    raise AssertionError("nobody has seen to it")


def test_the_same_answer_for_every_address(base_url, person, db):
    """And the same work: a row, and no more."""
    answers = []
    for email in (person.email, person.email.upper(), "nobody@test.example", "no address", "", "x" * 5000, "@"):
        runs = counted(base_url, "claviger_argon2_runs_total")
        answer = Client(base_url).ask("POST", "/v1/password-reset", {"email": email})
        assert answer.status == 202 and answer.text == "", email
        assert counted(base_url, "claviger_argon2_runs_total") == runs
        answers.append(without_request_id(answer))
    assert len(set(answers)) == 1
    row = seen_to(db, person.email)
    assert row["user_id"] and 3500 < row["expires_at"] - row["asked_at"] <= 3610
    assert seen_to(db, "nobody@test.example") is None


def test_three_mails_an_hour(base_url, person, db):
    for _ in range(6):
        assert Client(base_url).ask("POST", "/v1/password-reset", {"email": person.email}).status == 202
        seen_to(db, person.email)
    for _ in range(200):
        with db.cursor() as cursor:
            cursor.execute("SELECT SUM(digest IS NULL) AS waiting, COUNT(*) AS n FROM password_reset "
                           "WHERE email = %s", (person.email,))
            row = cursor.fetchone()
        if row["waiting"] == 0:
            break
        time.sleep(0.05)
    assert (row["waiting"], row["n"]) == (0, 3)


def test_choose_a_password(base_url, person):
    session = person.api.log_in(person.email, person.password)
    first, second = person.token(), person.token()
    fresh = secret(new_password())
    answer = confirm(base_url, first, fresh)
    assert (answer.status, answer.text) == (204, "") and "Set-Cookie" not in answer.headers
    is_refused(ask(base_url, "GET", "/v1/self", session.token), 401, "revoked")
    is_refused(log_in(base_url, person.email, person.password), 401, "invalid_token")
    assert log_in(base_url, person.email, fresh).status == 200
    # Once, and the others not at all.
    for token in (first, second):
        is_refused(confirm(base_url, token, secret(new_password())), 401, "invalid_token")
    assert log_in(base_url, person.email, fresh).status == 200


def test_tokens_that_are_no_good(base_url, person, db):
    token = person.token()
    for wrong in ("", "rst_", token[:-1], token + "x", token.upper(), token.swapcase(), " " + token, "rst_" + "0" * 43,
                  "x" * 5000, "%", "' OR 1=1 -- "):
        is_refused(confirm(base_url, wrong, new_password()), 401, "invalid_token", what=wrong)
    # A password that is no good uses nothing up.
    is_refused(confirm(base_url, token, "short"), 422, "bad_field", "new_password")
    with db.cursor() as cursor:
        assert cursor.execute("UPDATE password_reset SET expires_at = UNIX_TIMESTAMP() WHERE email = %s",
                              (person.email,)) == 1
    is_refused(confirm(base_url, token, new_password()), 401, "invalid_token")
    assert log_in(base_url, person.email, person.password).status == 200


def test_a_token_is_no_session(base_url, person):
    is_refused(ask(base_url, "GET", "/v1/self", person.token()), 401, "invalid_token")


def test_other_sites_ask_for_nothing(base_url, person):
    for origin in ("https://evil.example", "null"):
        answer = Client(base_url).ask("POST", "/v1/password-reset", {"email": person.email}, {"Origin": origin})
        is_refused(answer, 403, "csrf")
    assert Client(base_url).ask("POST", "/v1/password-reset", {"email": person.email},
                                {"Origin": base_url}).status == 202


def test_two_at_once_one_wins(base_url, person):
    token = person.token()
    passwords = [secret(new_password()) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda p: confirm(base_url, token, p), passwords))
    statuses = [a.status for a in answers]
    assert statuses.count(204) == 1 and set(statuses) <= {204, 401, 409, 503}, statuses
    winner = passwords[statuses.index(204)]
    assert [log_in(base_url, person.email, p).status for p in passwords] == [200 if p == winner else 401
                                                                             for p in passwords]


def test_without_passwords(new_stack):
    stack, api, world = fresh_stack(new_stack)
    stack.settings = {"access": {"passwords": "no"}}
    stack.write_config()
    stack.service.restart()
    stack.wait_ready()
    client = Client(api.base_url)
    for path, body in (("/v1/password-reset", {"email": world.ADMIN_EMAIL}),
                       ("/v1/password-reset/confirm", {"token": "rst_x", "new_password": new_password()})):
        is_refused(client.ask("POST", path, body), 409, "conflict")
    done = stack.service.run("user", "reset", world.ADMIN_EMAIL)
    assert done.returncode == 1 and "keeps no passwords" in done.stderr


# --- nobody is locked out by others ---

@pytest.fixture(scope="module")
def strict(new_stack_session):
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start, settings={"limits": {"throttle_exempt": ""}})
    assert made[0].stop() == []


def from_address(stack, address, path, body, token=None):
    body = json.dumps(body)
    return fcgi.request(stack.app_socket, fcgi.web_params(
        "POST", path, token, REMOTE_ADDR=address, CONTENT_TYPE="application/json",
        CONTENT_LENGTH=str(len(body))), body)


@pytest.fixture
def within_a_minute():
    left = 60 - time.time() % 60
    if left < 20:
        time.sleep(left + 0.1)


def test_who_guesses_locks_out_only_themselves(strict, within_a_minute):
    """From many addresses, as long as one likes: the owner logs in, changes and resets the password."""
    stack, api, world = strict
    email, password = world.MEMBER_EMAIL, world.MEMBER_PASSWORD
    for n in range(1, 9):
        statuses = [from_address(stack, f"192.0.2.{n}", "/v1/session",
                                 {"email": email, "password": "wrong" * 4}).status for _ in range(12)]
        assert statuses == [401] * 10 + [429] * 2
    answer = from_address(stack, "198.51.100.1", "/v1/session", {"email": email, "password": password})
    assert answer.status == 200
    asked = [from_address(stack, "192.0.2.1", "/v1/password-reset", {"email": email}).status for _ in range(12)]
    assert asked == [202] * 10 + [429] * 2
    assert from_address(stack, "198.51.100.1", "/v1/password-reset", {"email": email}).status == 202
    wrong = [from_address(stack, "192.0.2.50", "/v1/password-reset/confirm",
                          {"token": "rst_x", "new_password": new_password()}).status for _ in range(61)]
    assert wrong == [401] * 60 + [429]
    token = secret(stack.service.must("user", "reset", email).strip())
    fresh = secret(new_password())
    assert from_address(stack, "198.51.100.1", "/v1/password-reset/confirm",
                        {"token": token, "new_password": fresh}).status == 204
    assert from_address(stack, "198.51.100.2", "/v1/session", {"email": email, "password": fresh}).status == 200


def test_a_stolen_session_does_not_try_passwords_without_end(strict, within_a_minute):
    stack, api, world = strict
    session = world.admin.token

    def change(address, password):
        return from_address(stack, address, "/v1/session/password",
                            {"password": password, "new_password": secret(new_password())}, session).status

    assert [change("192.0.2.60", "wrong" * 4) for _ in range(11)] == [422] * 10 + [429]
    assert change("198.51.100.9", world.ADMIN_PASSWORD) == 204
