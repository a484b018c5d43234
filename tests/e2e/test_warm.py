"""What a check costs that is answered from memory: counted, never timed."""

import secrets
import zlib

import pymysql
import pytest

from conftest import Api, Org
from process import wait_until
from world import Client, bootstrap, new_password

ASKS = 200
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def place(new_stack_session):
    stack = new_stack_session()
    stack.start()
    email, password = "warm@test.example", new_password()
    bootstrap(stack.service, "Warm", email, password, "Admin")
    api = Api(stack.web.base_url)
    yield stack, Org(api, api.log_in(email, password), "Warm")
    assert stack.stop() == []


@pytest.fixture
def statements(place):
    """How many the database has been sent so far, the beginnings and ends of transactions among them."""
    connection = pymysql.connect(unix_socket=place[0].database.socket, user=place[0].database.admin)

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            return int(cursor.fetchone()[1])
    yield count
    connection.close()


def runs(stack):
    text = Client(stack.web.base_url).ask("GET", "/metrics").text
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("claviger_argon2_runs_total")))


def invented():
    """The text of a key that nobody has: its shape and its checksum are right."""
    text = "dk_" + "".join(secrets.choice(DIGITS) for _ in range(43))
    crc, check = zlib.crc32(text.encode()), ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        check = DIGITS[digit] + check
    return text + check


def ask(stack, token):
    return Client(stack.web.base_url, token).ask("GET", "/v1/self")


@pytest.mark.parametrize("more", [{}, {"rate_limit": {"requests": 1000000, "seconds": 1}}],
                         ids=["plain", "with a limit"])
def test_a_warm_key_asks_nobody(place, statements, more):
    stack, org = place
    token = org.add_key("organization", permission="read", **more)["token"]
    assert ask(stack, token).status == 200
    began, cold = statements(), runs(stack)
    for _ in range(ASKS):
        assert ask(stack, token).status == 200
    # The keeper asks a few things each second.
    assert statements() - began < ASKS / 2
    assert runs(stack) == cold


def test_a_key_of_somebody_with_many_roles_is_verified_once(place):
    """Its standing does not fit into the memory; that its text is right does."""
    stack, org = place
    member, user = org.add_member()
    for _ in range(40):
        org.grant(org.add_resource("source"), user, "member")
    key = org.add_key("personal", by=member, expires_in_days=30)
    assert ask(stack, key["token"]).status == 200
    cold = runs(stack)
    for _ in range(10):
        assert ask(stack, key["token"]).status == 200
    assert runs(stack) == cold
    org.admin.must("DELETE", f"{org.path}/members/{user}")
    assert ask(stack, key["token"]).code == "owner_gone"


def test_an_invented_text_asks_nobody(place, statements):
    """Once the keeper has met the keys there are."""
    stack, org = place

    def cost():
        began = statements()
        for _ in range(ASKS):
            answer = ask(stack, invented())
            assert (answer.status, answer.json()["code"]) == (401, "invalid_token")
        return statements() - began

    cold = runs(stack)
    wait_until(lambda: cost() < ASKS / 2, 30, "the keys there are have been met")
    assert runs(stack) == cold
    # And a new one is none of them.
    for _ in range(20):
        assert ask(stack, org.add_key("organization", permission="read")["token"]).status == 200


def test_a_dead_text_is_looked_at_once(place, statements):
    """Somebody who has a revoked key cannot have Argon2id run as often as he likes."""
    stack, org = place
    key = org.add_key("organization", permission="read")
    assert ask(stack, key["token"]).status == 200
    org.admin.must("DELETE", f"{org.path}/keys/{key['id']}")
    answer = ask(stack, key["token"])
    assert (answer.status, answer.json()["code"]) == (401, "revoked")
    began, cold = statements(), runs(stack)
    for _ in range(ASKS):
        assert ask(stack, key["token"]).json()["code"] == "revoked"
    assert runs(stack) == cold
    assert statements() - began < ASKS / 2
