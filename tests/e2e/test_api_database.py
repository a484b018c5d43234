"""Without its database the service says so, lets nobody in, and comes back by itself."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_kit import ask, fresh_stack, is_refused
from process import wait_until
from world import Client

KINDS = ("PERSONAL", "MACHINE", "ORG", "PROVIDER", "SPACE")
BACK = 2  # seconds until it serves again
NOTICED = 20  # seconds until one that hangs is missed


@pytest.fixture(scope="module")
def place(new_stack_session):
    """A stack of this module's own, with its world."""
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start)
    assert made[0].stop() == []


@pytest.fixture
def crowd():
    with ThreadPoolExecutor(12) as pool:
        yield pool


def end_orderly(stack):
    stack.database.process.stop(signal.SIGTERM, 30)


AWAY = {"killed": (lambda s: s.database.kill(), lambda s: s.database.start()),
        "stopped": (end_orderly, lambda s: s.database.start()),
        "hung": (lambda s: s.database.pause(), lambda s: s.database.resume())}


def own_check(place):
    _, api, world = place
    return ask(api.base_url, "GET", "/v1/self", world.PROVIDER_TOKEN).status


@pytest.fixture(params=list(AWAY))
def away(request, place):
    """Take the database away and give it back."""
    stack = place[0]
    leave, come_back = AWAY[request.param]
    state = {"away": False}

    class Away:
        name = request.param

        def leave(self):
            leave(stack)
            state["away"] = True

        def leave_and_be_missed(self):
            """What is remembered counts until the keeper misses the database."""
            self.leave()
            wait_until(lambda: own_check(place) == 503, NOTICED, "what is remembered counts for nothing")

        def come_back(self):
            come_back(stack)
            state["away"] = False

    yield Away()
    if state["away"]:
        come_back(stack)
    stack.wait_ready()


def questions(world):
    """One check of every sort: what is asked, with which credential, and the body."""
    org, form = f"/v1/organizations/{world.ORG}", "application/x-www-form-urlencoded"
    return [
        *[("GET", "/v1/self", getattr(world, kind + "_TOKEN"), None) for kind in KINDS],
        ("GET", "/v1/self", "drv_" + "0" * 40, None),
        ("GET", "/v1/self", world.admin.token, None),
        ("GET", org + "/keys", world.admin.token, None),
        ("POST", org + "/keys", world.admin.token, {"kind": "provider", "name": "x", "scopes": ["read"]}),
        ("DELETE", f"{org}/keys/{world.PROVIDER_KEY}", world.admin.token, None),
        ("POST", "/v1/verify", world.MACHINE_TOKEN, {"token": world.PERSONAL_TOKEN, "action": "read"}),
        ("POST", "/v1/session", None, {"email": world.ADMIN_EMAIL, "password": world.ADMIN_PASSWORD}),
        ("POST", "/v1/session", None, {"email": "nobody@test.example", "password": "x" * 20}),
        ("POST", "/oauth/revoke", None, (form, "token=" + world.PROVIDER_TOKEN)),
        ("POST", "/oauth/introspect", world.MACHINE_TOKEN, (form, "token=" + world.PERSONAL_TOKEN)),
    ]


def put(base_url, question):
    method, path, token, body = question
    kind, body = body if isinstance(body, tuple) else (None, body)
    began = time.monotonic()
    answer = Client(base_url, token).ask(method, path, body, {"Content-Type": kind} if kind else None)
    answer.seconds = time.monotonic() - began
    return answer


def test_every_check_is_503_and_service_returns(place, away, crowd):
    stack, api, world = place
    away.leave_and_be_missed()
    for what, answer in zip(questions(world), crowd.map(lambda q: put(api.base_url, q), questions(world))):
        is_refused(answer, 503, "unavailable", what=str(what))
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        # A database that hangs costs its time-out (2 s) for each request a worker had to take in turn.
        assert away.name == "hung" or answer.seconds < 2, what
    assert ask(api.base_url, "GET", "/healthz").status == 200
    assert ask(api.base_url, "GET", "/metrics").status == 200
    assert ask(api.base_url, "GET", "/openapi.json").status == 200
    is_refused(ask(api.base_url, "GET", "/readyz"), 503, "unavailable")
    away.come_back()
    returned = time.monotonic()
    while ask(api.base_url, "GET", "/v1/self", world.PROVIDER_TOKEN).status != 200:
        assert time.monotonic() - returned < BACK
        time.sleep(0.02)
    time.sleep(max(0, returned + BACK - time.monotonic()))
    statuses = {a.status for a in crowd.map(lambda _: put(api.base_url, ("GET", "/v1/self", world.PROVIDER_TOKEN, None)),
                                            range(24))}
    assert statuses == {200}
    assert ask(api.base_url, "GET", "/readyz").status == 200


@pytest.mark.parametrize("away", ["killed", "stopped"], indirect=True)
@pytest.mark.parametrize("question", ["look", "change"])
def test_the_first_request_of_every_worker_is_served(place, away, crowd, question):
    """The connections died while nobody used them: nobody is to be refused for that."""
    stack, api, world = place
    path = f"/v1/organizations/{world.ORG}/policy"
    wish = ("GET", "/v1/self", world.PROVIDER_TOKEN, None) if question == "look" else \
        ("PATCH", path, world.admin.token, {"personal_max_days": 365})
    list(crowd.map(lambda _: put(api.base_url, wish), range(12)))
    away.leave()
    away.come_back()
    answers = list(crowd.map(lambda _: put(api.base_url, wish), range(24)))
    assert {a.status for a in answers} == {200}, [a.text for a in answers if a.status != 200]


def test_it_starts_without_a_database(place):
    stack, api, world = place
    stack.service.stop()
    stack.database.kill()
    stack.service.start()
    try:
        assert ask(api.base_url, "GET", "/healthz").status == 200
        is_refused(ask(api.base_url, "GET", "/v1/self", world.PROVIDER_TOKEN), 503, "unavailable")
    finally:
        stack.database.start()
    returned = time.monotonic()
    while ask(api.base_url, "GET", "/v1/self", world.PROVIDER_TOKEN).status != 200:
        assert time.monotonic() - returned < BACK
        time.sleep(0.02)


def test_nothing_was_changed_meanwhile(place):
    """What was refused with 503 did not happen."""
    _, api, world = place
    org = f"/v1/organizations/{world.ORG}"
    key = world.admin.must("GET", f"{org}/keys/{world.PROVIDER_KEY}")
    assert key["state"] == "active"
    assert not [k for k in world.admin.must("GET", org + "/keys")["items"] if k["name"] == "x"]
