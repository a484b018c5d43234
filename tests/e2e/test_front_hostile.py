"""Bytes that no web server sends.  They are not served, and no worker dies of them."""

import json
import random
import re
import struct
import time

import fcgi
import pytest

from memory_kit import in_memory
from process import wait_until
from test_front_pool import log_of
from world import new_password

READ_TIMEOUT = 1
PLAIN = fcgi.pairs(fcgi.web_params("GET", "/healthz"))


@pytest.fixture(scope="module")
def own(new_stack_session, free_port):
    stack = new_stack_session(webs=(), settings={"service": {
        "read_timeout": READ_TIMEOUT, "app_workers": 2, "gate_listen": f"127.0.0.1:{free_port}"}})
    with stack:
        stack.tcp = ("127.0.0.1", free_port)
        wait_until(lambda: log_of(stack, "ready"), 30, "all processes")
        yield stack
        left = stack.stop()
    assert not left, f"these left processes behind: {left}"
    assert stack.sanitizer_reports() == []


@pytest.fixture(scope="module")
def free_port():
    from process import free_ports
    return free_ports(1)


@pytest.fixture(autouse=True)
def workers_stay(own):
    """The same processes before and after, and they answer."""
    before = set(own.service.workers())
    yield
    assert fcgi.request(own.app_socket, fcgi.web_params("GET", "/healthz")).status == 200
    assert set(own.service.workers()) == before


def say(address, data):
    """Send bytes, then nothing more; what comes back."""
    with fcgi.Connection(address, seconds=5) as connection:
        try:
            connection.send(data)
            connection.no_more()
        except OSError:
            pass
        return connection.reply()


def four(length):
    return struct.pack(">I", length | 0x80000000)


def params_of(content):
    return fcgi.begin() + fcgi.stream(fcgi.PARAMS, content)


MANAGEMENT = fcgi.record(fcgi.GET_VALUES, fcgi.pairs([("FCGI_MPXS_CONNS", "")] * 50), request_id=0)

REFUSED = {
    "nothing": b"",
    "a byte": b"\x01",
    "text": b"GET / HTTP/1.1\r\n\r\n",
    "another version": fcgi.record(fcgi.BEGIN_REQUEST, bytes(8), version=2),
    "half a beginning": fcgi.begin()[:11],
    "a short beginning": fcgi.record(fcgi.BEGIN_REQUEST, b"\0\1\0"),
    "no id": fcgi.begin(request_id=0),
    "no parameters": fcgi.begin(),
    "half of the parameters": fcgi.begin() + fcgi.record(fcgi.PARAMS, PLAIN),
    "cut within a pair": fcgi.begin() + fcgi.record(fcgi.PARAMS, PLAIN)[:-5],
    "a pair too short": params_of(PLAIN[:-1]),
    "parameters of another request": fcgi.begin() + fcgi.stream(fcgi.PARAMS, PLAIN, request_id=2),
    "two requests at once": fcgi.begin() + fcgi.begin(request_id=2) + fcgi.stream(fcgi.PARAMS, PLAIN),
    "the body first": fcgi.begin() + fcgi.stream(fcgi.STDIN, b"x") + fcgi.stream(fcgi.PARAMS, PLAIN),
    "an abort": fcgi.begin() + fcgi.record(fcgi.ABORT_REQUEST) + fcgi.stream(fcgi.PARAMS, PLAIN),
    "an unknown role": fcgi.begin(role=9) + fcgi.stream(fcgi.PARAMS, PLAIN),
    # libfcgi asserts, allocates, and writes beyond a buffer of its stack.
    "lengths that wrap": params_of(four(0x7fffffff) + four(0x7fffffff) + b"x"),
    "lengths that wrap, cut": fcgi.begin() + fcgi.record(fcgi.PARAMS, four(0x7fffffff) * 2),
    "a gigabyte": params_of(four(10) + four(1 << 30) + b"x" * 100),
    "a gigabyte, cut": fcgi.begin() + fcgi.record(fcgi.PARAMS, four(10) + four(1 << 30)),
    "a question to the manager first": MANAGEMENT + params_of(PLAIN),
    "a question to the manager between": fcgi.begin() + MANAGEMENT + fcgi.stream(fcgi.PARAMS, PLAIN),
    "more than there may be": params_of(PLAIN + fcgi.pairs({"X": "x" * 200_000})),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_is_not_served(own, data):
    reply = say(own.app_socket, data)
    assert reply.status in (None, 400, 503), reply
    assert b"ok" not in reply.body


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_is_not_served_by_the_gate(own, data):
    for address in (own.gate_socket, own.tcp):
        reply = say(address, data)
        assert reply.status in (None, 400, 503), reply


def test_parameters_that_stop_hold_a_worker_for_a_while_only(own):
    held = [fcgi.Connection(own.app_socket) for _ in range(5)]
    for connection in held:
        connection.send(fcgi.begin() + fcgi.record(fcgi.PARAMS, PLAIN))
    assert fcgi.request(own.app_socket, fcgi.web_params("GET", "/healthz"), seconds=60).status == 200
    for connection in held:
        assert connection.reply().status is None
        connection.close()


def test_parameters_that_drip(own):
    """Each byte in time, all of them not."""
    data = fcgi.begin() + fcgi.stream(fcgi.PARAMS, PLAIN)
    began = time.monotonic()
    with fcgi.Connection(own.app_socket) as connection, pytest.raises(OSError):
        for byte in data:
            connection.send(bytes([byte]))
            time.sleep(0.1)
            assert time.monotonic() - began < 20 * READ_TIMEOUT


def test_silence(own):
    with fcgi.Connection(own.app_socket) as connection:
        assert connection.reply().status is None


def test_request_in_pieces(own):
    """Not in single bytes: each write takes some room in the socket, and a hundred may fill it."""
    data = fcgi.begin() + fcgi.stream(fcgi.PARAMS, PLAIN) + fcgi.stream(fcgi.STDIN, b"")
    with fcgi.Connection(own.app_socket) as connection:
        for at in range(0, len(data), 8):
            connection.send(data[at:at + 8])
            time.sleep(0.005)
        assert connection.reply().status == 200


def test_long_form_of_short_lengths(own):
    content = b"".join(fcgi.length(len(n), long=True) + fcgi.length(len(v), long=True) + n.encode() +
                       v.encode() for n, v in fcgi.web_params("GET", "/healthz").items())
    data = params_of(content) + fcgi.stream(fcgi.STDIN, b"")
    assert say(own.app_socket, data).status == 200


def test_other_id_and_padding(own):
    data = fcgi.begin(request_id=65535) + \
        fcgi.record(fcgi.PARAMS, PLAIN[:40], request_id=65535, padding=255) + \
        fcgi.stream(fcgi.PARAMS, PLAIN[40:], request_id=65535) + \
        fcgi.stream(fcgi.STDIN, b"", request_id=65535)
    assert say(own.app_socket, data).status == 200


def test_tcp_answers_authorizers_only(own):
    reply = fcgi.request(own.tcp, fcgi.web_params("GET", "/healthz"))
    assert (reply.status, reply.body) == (503, b"")
    reply = fcgi.request(own.tcp, fcgi.web_params("GET", "/healthz", CLAVIGER_MODE="auth"))
    assert (reply.status, reply.body) == (503, b"")
    reply = fcgi.request(own.tcp, fcgi.web_params("GET", "/nothing"), role=fcgi.AUTHORIZER)
    assert reply.status in (401, 403)


# --- bodies ---

FORM = "application/x-www-form-urlencoded"
RESTRICTED = ("organization", "source", "provider", "space", "base", "table", "collection", "base_path")
MANY = [b"csrf&" * 13000, b"&csrf=" * 10000, b"&=" * 30000, b"a&" * 30000, b"token_type_hint=&" * 3800,
        b"&once=" + b"%41" * 21000]


def post(stack, path, body, content_type=FORM, **more):
    return fcgi.request(stack.app_socket, fcgi.web_params(
        "POST", path, CONTENT_LENGTH=len(body), CONTENT_TYPE=content_type, **more), body)


@pytest.mark.parametrize("body", MANY, ids=lambda body: body[:7].decode())
@pytest.mark.parametrize("path", ["/login", "/login/reset", "/oauth/revoke"])
def test_forms_of_many_pairs(own, path, body):
    """However many they are, they take no more memory than there is for one request."""
    assert len(body) < 65536 and 400 <= post(own, path, body).status < 500


@pytest.fixture(scope="module")
def log_in():
    return json.dumps({"email": "ada@hostile.example", "password": new_password()}).encode()


@pytest.fixture(scope="module")
def browser(own, log_in):
    """The parameters of somebody who has logged in, and the token of their forms."""
    ada = json.loads(log_in)
    own.service.must("user", "add", "--name", "Ada", "--password-stdin", ada["email"], stdin=ada["password"])
    token = json.loads(post(own, "/v1/session", log_in, "application/json").body)["token"]
    params = {"HTTP_COOKIE": f"claviger={token}", "HTTP_ORIGIN": "http://localhost"}
    page = fcgi.request(own.app_socket, fcgi.web_params("GET", "/settings/organizations", **params)).body.decode()
    return params, re.search(r'name="csrf" value="([^"]+)"', page)[1].encode()


def test_forms_of_many_pairs_in_a_browser(own, browser):
    params, csrf = browser
    for body in MANY:
        assert 400 <= post(own, "/settings/organizations", body + b"&csrf=" + csrf, **params).status < 500
        # Shown again, with what was typed.
        typed = b"csrf=" + csrf + b"&name=" + b"x" * 30000 + b"&" + body
        assert 400 <= post(own, "/settings/organizations", typed[:65000], **params).status < 500


def test_json_of_many_members(own, browser):
    params, _ = browser
    asked = {"HTTP_AUTHORIZATION": "Bearer " + params["HTTP_COOKIE"].partition("=")[2]}
    made = post(own, "/v1/organizations", b'{"name": "hostile"}', "application/json", **asked)
    keys = f"/v1/organizations/{json.loads(made.body)['id']}/keys"
    wish = {"kind": "personal", "name": "n", "scopes": ["a"] * 200, "allowed_ips": ["b"] * 200,
            "restrictions": [dict.fromkeys(RESTRICTED, "c") for _ in range(200)]}
    wish["description"] = "x" * (65000 - len(json.dumps(wish)))
    for wish in (wish, {f"n{i}": 0 for i in range(5000)}, [[]] * 16000):
        body = json.dumps(wish).encode()
        assert len(body) < 65536 and 400 <= post(own, keys, body, "application/json", **asked).status < 500


# --- what stays of them ---

def test_nothing_of_a_secret_stays_in_a_worker(own, browser):
    """Whoever could read its memory later finds no password that was sent, and no key."""
    params, csrf = browser
    secret = "drv_" + "".join(random.choices("abcdefghjkmnpqrstuvwxyz23456789", k=40))
    as_json = json.dumps({"email": "ada@hostile.example", "password": secret}).encode()
    statuses = [post(own, *asked, **more).status for asked, more in [
        (("/v1/session", as_json, "application/json"), {}),
        (("/v1/session", as_json[:-1] + b', "more": 1}', "application/json"), {}),
        (("/v1/session", as_json[:-1] + b" " * 30000 + b"}", "application/json"), {}),
        (("/nowhere", as_json, "application/json"), {}),
        (("/login", b"email=ada%40hostile.example&password=" + secret.encode()), params),
        (("/settings/organizations", b"csrf=" + csrf + b"&name=" + b"x" * 200 + b"&proof=" + secret.encode()), params),
        (("/oauth/introspect", b"token=" + secret.encode()), {}),
        (("/oauth/revoke", b"token=" + secret.encode()), {}),
        (("/v1/session", b"{}", "application/json"), {"HTTP_AUTHORIZATION": "Bearer " + secret}),
        (("/v1/session", b"{}", "application/json"), {"HTTP_COOKIE": "claviger=" + secret}),
    ]]
    assert statuses == [401, 422, 401, 404, 401, 422, 401, 200, 422, 422]
    try:
        found = [pid for pid in own.service.workers("app") if in_memory(pid, secret.encode())]
    except PermissionError:
        pytest.skip("the memory of another process cannot be read here")
    assert found == []


def test_nothing_of_a_new_secret_stays_in_a_worker(own, browser, log_in):
    """Nor a text that was made here: it was in the answer, and is nowhere else."""
    asked = {"HTTP_AUTHORIZATION": "Bearer " + browser[0]["HTTP_COOKIE"].partition("=")[2]}
    org = json.loads(post(own, "/v1/organizations", b'{"name": "new"}', "application/json", **asked).body)["id"]
    wish, again = b'{"kind": "organization", "name": "n", "permission": "read"}', {"HTTP_IDEMPOTENCY_KEY": '"hostile"'}
    keys = [post(own, f"/v1/organizations/{org}/keys", wish, "application/json", **asked, **again) for _ in range(2)]
    key, same = (json.loads(answer.body)["token"] for answer in keys)
    assert key == same
    session = json.loads(post(own, "/v1/session", log_in, "application/json").body)["token"]
    try:
        found = [text[:4] for pid in own.service.workers("app") for text in (key, session)
                 if in_memory(pid, text.encode())]
    except PermissionError:
        pytest.skip("the memory of another process cannot be read here")
    assert found == []


def broken(chance):
    """A sound request with some bytes changed, and cut somewhere."""
    role = chance.choice([fcgi.RESPONDER, fcgi.AUTHORIZER])
    data = bytearray(fcgi.begin(role) + fcgi.stream(fcgi.PARAMS, PLAIN))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[:chance.randint(len(data) // 2, len(data))])


def test_thousands_of_broken_requests(own):
    chance = random.Random(1)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for address in (own.app_socket, own.gate_socket, own.tcp):
            data = broken(chance)
            reply = say(address, data)
            assert reply.status is not None or reply.out == b"", (data, reply)
