"""Failed presentations and log-ins are counted by address, and then refused for the rest of the minute."""

import json
import time

import fcgi
import pytest

from api_kit import ask, counted, fresh_stack, is_refused, secret
from world import Client, new_password

SPARE = 20  # seconds of a minute that a test needs at most


@pytest.fixture(scope="module")
def strict(new_stack_session):
    """A stack that exempts nobody."""
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start, settings={"limits": {"throttle_exempt": ""}})
    assert made[0].stop() == []


@pytest.fixture(autouse=True)
def within_a_minute():
    """Counts begin anew with each minute: start where enough of one is left."""
    left = 60 - time.time() % 60
    if left < SPARE:
        time.sleep(left + 0.1)


def from_address(stack, address, method="GET", target="/v1/self", token=None, body="", **more):
    """A request as a web server hands it over for a client at this address."""
    if body:
        more.update(CONTENT_TYPE="application/json", CONTENT_LENGTH=str(len(body)))
    return fcgi.request(stack.app_socket,
                        fcgi.web_params(method, target, token, REMOTE_ADDR=address, **more), body)


def log_in_from(stack, address, email, password):
    return from_address(stack, address, "POST", "/v1/session",
                        body='{"email": "%s", "password": "%s"}' % (email, password)).status


def must_wait(answer):
    is_refused(answer, 429, "throttled")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_ten_log_ins_a_minute(strict):
    """The count is one for all spellings of the account, and the right password is refused as well."""
    stack, api, world = strict
    spellings = ["cleo@acme.example", "CLEO@acme.example", " cleo@acme.example", "Cleo@Acme.Example "]
    password = secret(new_password())
    world.admin.must("POST", f"/v1/organizations/{world.ORG}/members",
                     {"email": spellings[0], "role": "member", "password": password})
    asker = Client(api.base_url)
    for n in range(10):
        answer = asker.ask("POST", "/v1/session", {"email": spellings[n % 4], "password": "wrong" * 4})
        is_refused(answer, 401, "invalid_token", what=n)
    runs = counted(api.base_url, "claviger_argon2_runs_total")
    for email in spellings:
        must_wait(asker.ask("POST", "/v1/session", {"email": email, "password": password}))
    assert counted(api.base_url, "claviger_argon2_runs_total") == runs
    assert asker.ask("POST", "/v1/session", {"email": world.ADMIN_EMAIL,
                                             "password": world.ADMIN_PASSWORD}).status == 200
    assert log_in_from(stack, "192.0.2.1", spellings[0], password) == 200


def test_log_ins_that_succeed_count_too(strict):
    stack, _, world = strict
    email, password = world.OTHER_ADMIN_EMAIL, world.OTHER_ADMIN_PASSWORD
    statuses = [log_in_from(stack, "192.0.2.7", email, password) for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_addresses_nobody_has_are_counted_like_others(strict):
    stack, _, _ = strict
    for email in ("nobody@test.example", "no address"):
        statuses = [log_in_from(stack, "192.0.2.8", email, new_password()) for _ in range(11)]
        assert statuses == [401] * 10 + [429]


def test_sixty_failed_presentations_a_minute(strict):
    stack, api, world = strict
    wrong = ["drv_" + "0" * 40, "drv_x", "nonsense", "eyJ.x.y"]
    for n in range(60):
        is_refused(ask(api.base_url, "GET", "/v1/self", wrong[n % 4]), 401, "invalid_token", what=n)
    for token in (*wrong, world.PROVIDER_TOKEN, world.admin.token):
        must_wait(ask(api.base_url, "GET", "/v1/self", token,
                      headers={"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}))
    # Who presents nothing has failed nothing, and other addresses go on.
    is_refused(ask(api.base_url, "GET", "/v1/self"), 401, "no_credential")
    assert ask(api.base_url, "GET", "/healthz").status == 200
    assert from_address(stack, "192.0.2.1", token=world.PROVIDER_TOKEN).status == 200


def test_dead_keys_count(strict):
    stack, _, world = strict
    keys = f"/v1/organizations/{world.ORG}/keys"
    made = from_address(stack, "192.0.2.2", "POST", keys, world.admin.token,
                        '{"kind": "provider", "name": "x", "scopes": ["read"]}')
    key = json.loads(made.body)
    secret(key["token"])
    ended = from_address(stack, "192.0.2.2", "DELETE", f"{keys}/{key['id']}", world.admin.token)
    assert ended.status == 204
    statuses = [from_address(stack, "192.0.2.3", token=key["token"]).status for _ in range(61)]
    assert statuses == [401] * 60 + [429]


def test_an_ipv6_network_is_one_neighbourhood(strict):
    stack, _, world = strict
    statuses = [from_address(stack, f"2001:db8:1:2::{n:x}", token="drv_x").status for n in range(60)]
    assert statuses == [401] * 60
    assert from_address(stack, "2001:db8:1:2:ffff::1", token=world.PROVIDER_TOKEN).status == 429
    assert from_address(stack, "2001:db8:1:3::1", token=world.PROVIDER_TOKEN).status == 200


def test_revoking_by_text_is_a_presentation(strict):
    stack, _, world = strict

    def revoke(token):
        body = "token=" + token
        return fcgi.request(stack.app_socket, fcgi.web_params(
            "POST", "/oauth/revoke", REMOTE_ADDR="192.0.2.5", CONTENT_LENGTH=str(len(body)),
            CONTENT_TYPE="application/x-www-form-urlencoded"), body).status

    assert [revoke("drv_" + "1" * 40) for _ in range(61)] == [200] * 60 + [429]


def test_questions_about_others_texts_do_not_count(strict):
    """An application that asks about every text it is shown must not be locked out by its users."""
    stack, _, world = strict
    body = '{"token": "drv_x", "action": "read"}'
    statuses = {from_address(stack, "192.0.2.6", "POST", "/v1/verify", world.MACHINE_TOKEN, body).status
                for _ in range(65)}
    assert statuses == {200}


def test_exempt_ranges(strict):
    stack, _, world = strict
    stack.settings = {"limits": {"throttle_exempt": "198.51.100.0/24 2001:db8::/32"}}
    stack.write_config()
    stack.service.restart()
    stack.wait_ready()
    for address in ("198.51.100.7", "2001:db8::7"):
        assert {from_address(stack, address, token="drv_x").status for _ in range(65)} == {401}
    assert from_address(stack, "198.51.100.7", token=world.PROVIDER_TOKEN).status == 200
