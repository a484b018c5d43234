"""The gate: what web servers hand over, and what none should, by FastCGI and without one."""

import time

import fcgi
import pytest

READ_TIMEOUT, REQUEST_TIMEOUT = 1, 4
BODY_MAX = 65536


@pytest.fixture(scope="module")
def own(new_stack_session):
    stack = new_stack_session(webs=(), settings={"service": {
        "read_timeout": READ_TIMEOUT, "request_timeout": REQUEST_TIMEOUT, "app_workers": 2}})
    with stack:
        yield stack
        left = stack.stop()
    assert not left, f"these left processes behind: {left}"
    assert stack.sanitizer_reports() == []


def code(reply):
    """The code of a problem; None for an answer that is none."""
    return reply.body.partition(b'"code":"')[2].partition(b'"')[0].decode() or None


def get(own, target="/healthz", more=(), **changed):
    params = fcgi.web_params("GET", target, **changed)
    return fcgi.request(own.app_socket, [*params.items(), *more])


def post(own, body, content_length, target="/v1/session"):
    params = fcgi.web_params("POST", target, CONTENT_TYPE="application/json")
    if content_length is not None:
        params["CONTENT_LENGTH"] = content_length
    return fcgi.request(own.app_socket, params, body)


def open_post(own, content_length, body=b""):
    """A connection on which a body of this length has begun."""
    params = fcgi.web_params("POST", "/v1/session", CONTENT_TYPE="application/json",
                             CONTENT_LENGTH=content_length)
    connection = fcgi.Connection(own.app_socket, seconds=20)
    connection.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.pairs(params)))
    if body:
        connection.send(fcgi.record(fcgi.STDIN, body))
    return connection


# --- parameters ---

def test_answer_is_whole(own):
    reply = get(own)
    assert (reply.status, reply.ended, reply.app_status, reply.protocol_status) == (200, True, 0, 0)
    assert reply.header("content-type") == "application/json"
    assert reply.err == b""


def test_head_is_get_without_a_body(own):
    reply = fcgi.request(own.app_socket, fcgi.web_params("HEAD", "/healthz"))
    assert (reply.status, reply.body) == (200, b"")


def test_request_ids_differ(own):
    ids = {get(own).header("x-request-id") for _ in range(200)}
    assert len(ids) == 200
    assert all(len(id) == 20 and id.isalnum() for id in ids)


@pytest.mark.parametrize("twice, wanted", [
    ([("HTTP_AUTHORIZATION", "Bearer a"), ("HTTP_AUTHORIZATION", "Bearer a")], "two_credentials"),
    ([("HTTP_HOST", "other.example")], "bad_request"),
    ([("REQUEST_METHOD", "POST")], "bad_request"),
    ([("REQUEST_URI", "/v1/self")], "bad_request"),
    ([("REMOTE_ADDR", "192.0.2.1")], "bad_request"),
    ([("HTTPS", "on"), ("HTTPS", "off")], "bad_request"),
    ([("CONTENT_LENGTH", "0"), ("CONTENT_LENGTH", "0")], "bad_request"),
    ([("CLAVIGER_MODE", "auth"), ("CLAVIGER_MODE", "denied")], "bad_request"),
])
def test_name_given_twice(own, twice, wanted):
    reply = get(own, more=twice)
    assert (reply.status, code(reply)) == (400, wanted)


def test_names_nobody_reads_may_come_twice(own):
    assert get(own, more=[("HTTP_X_A", "1"), ("HTTP_X_A", "2")]).status == 200


def test_absolute_form_is_cut_to_the_path(own):
    """Apache hands it over as the client sent it."""
    assert get(own, "http://evil.example/healthz").status == 200
    assert get(own, "http://evil.example").status == 303  # that of "/"


@pytest.mark.parametrize("count, size, wanted", [
    (200, 10, 200),
    (300, 10, 400),
    (4, 15000, 200),
    (5, 15000, 400),
    (1, 70000, 400),
])
def test_limits_of_parameters(own, count, size, wanted):
    reply = get(own, more=[(f"HTTP_X_{n}", "v" * size) for n in range(count)])
    assert reply.status == wanted


def test_target_that_is_too_long(own):
    assert get(own, "/" + "a" * 8191).status == 404
    reply = get(own, "/" + "a" * 8192)
    assert (reply.status, code(reply)) == (414, "uri_too_long")


@pytest.mark.parametrize("missing", ["REQUEST_METHOD", "REQUEST_URI"])
def test_parameter_that_must_be_there(own, missing):
    params = fcgi.web_params("GET", "/healthz")
    del params[missing]
    assert fcgi.request(own.app_socket, params).status == 400


def test_kept_connection_is_closed(own):
    """The offer to keep it is not taken: an idle connection would hold a worker."""
    with fcgi.Connection(own.app_socket) as connection:
        connection.send(fcgi.begin(flags=fcgi.KEEP_CONN) +
                        fcgi.stream(fcgi.PARAMS, fcgi.pairs(fcgi.web_params("GET", "/healthz"))) +
                        fcgi.stream(fcgi.STDIN, b""))
        assert connection.reply().status == 200
        assert connection.socket.recv(1) == b""


def test_filter_is_refused(own):
    reply = fcgi.request(own.app_socket, fcgi.web_params("GET", "/healthz"), role=fcgi.FILTER)
    assert (reply.status, reply.body) == (503, b"")


@pytest.mark.parametrize("role, mode", [(fcgi.AUTHORIZER, {}), (fcgi.RESPONDER, {"CLAVIGER_MODE": "auth"}),
                                        (fcgi.RESPONDER, {"CLAVIGER_MODE": "denied"})])
def test_question_for_a_verdict_at_the_wrong_socket(own, role, mode):
    """A web server that asks at the app socket must not take a page of ours for a yes."""
    assert fcgi.request(own.app_socket, fcgi.web_params("GET", "/healthz", **mode), role=role).status == 503


def test_question_for_a_verdict_may_name_a_length(own):
    """On nginx the subrequest carries the length of the client's body, and an empty one behind it."""
    params = [*fcgi.web_params("POST", "/x").items(), ("CLAVIGER_MODE", "auth"),
              ("CONTENT_LENGTH", "3"), ("CONTENT_LENGTH", "")]
    assert fcgi.request(own.gate_socket, params).status in (401, 403)


# --- bodies ---

@pytest.mark.parametrize("body, content_length, status, wanted", [
    (b"hello", 5, 400, "bad_json"),
    (b"hello", "", 400, "bad_json"),
    (b"hello", None, 400, "bad_json"),
    (b"hello", 100, 400, "bad_request"),
    (b"hello", 3, 400, "bad_request"),
    (b"hello", 0, 400, "bad_request"),
    (b"hello", "-5", 400, "bad_request"),
    (b"hello", "5 ", 400, "bad_request"),
    (b"hello", "5e0", 400, "bad_request"),
    (b"hello", "9" * 30, 400, "bad_request"),
    (b"x" * BODY_MAX, BODY_MAX, 400, "bad_json"),
    (b"x" * (BODY_MAX + 1), BODY_MAX + 1, 413, "body_too_large"),
    (b"x" * (BODY_MAX + 1), None, 413, "body_too_large"),
])
def test_length_of_a_body(own, body, content_length, status, wanted):
    reply = post(own, body, content_length)
    assert (reply.status, code(reply)) == (status, wanted)


@pytest.mark.parametrize("target, status", [("/v1/session", 413), ("/v1/nothing", 404)])
def test_answer_is_not_lost_behind_an_unread_body(own, target, status):
    body = b"x" * 20_000_000
    for _ in range(5):
        reply = post(own, body, len(body), target)
        assert (reply.status, reply.ended) == (status, True)


def test_too_large_is_said_before_the_body_comes(own):
    with open_post(own, 50_000_000) as connection:
        assert connection.reply().status == 413, "and not 408, as when one has waited for it"


def test_body_that_breaks_off(own):
    with open_post(own, 100, b"hello") as connection:
        connection.no_more()
        assert connection.reply().status == 400


def test_body_that_is_aborted(own):
    with open_post(own, 100, b"hello") as connection:
        connection.send(fcgi.record(fcgi.ABORT_REQUEST))
        assert connection.reply().status == 400


def test_body_that_stops(own):
    began = time.monotonic()
    with open_post(own, 100, b"hello") as connection:
        reply = connection.reply()
    assert (reply.status, code(reply)) == (408, "request_timeout")
    assert time.monotonic() - began >= READ_TIMEOUT


def test_body_that_drips(own):
    """No pause is too long, but all of it together is."""
    began = time.monotonic()
    with open_post(own, 1000) as connection:
        connection.socket.settimeout(0.2)
        reply = None
        while reply is None:
            assert time.monotonic() - began < 20 * REQUEST_TIMEOUT
            try:
                connection.send(fcgi.record(fcgi.STDIN, b" "))
                first = connection.receive(1)
                connection.socket.settimeout(5)
                reply = first + connection.receive(7)
            except TimeoutError:
                continue
    assert time.monotonic() - began >= REQUEST_TIMEOUT / 2


def test_slow_bodies_do_not_stop_others_for_ever(own):
    held = [open_post(own, 100, b"hello") for _ in range(2)]
    assert get(own).status == 200
    for connection in held:
        assert connection.reply().status == 408
        connection.close()


# --- behind the web servers ---

def test_answer_is_not_lost_behind_a_web_server(web, api):
    """413, though the body was on its way."""
    for _ in range(5):
        answer = api.at(web.base_url).post("/v1/session", content=b"x" * 1_000_000,
                                           headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
