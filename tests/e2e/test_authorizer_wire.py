"""What web servers and clients are told, to the byte: roles, modes, bodies, headers, and what happens
when something is broken."""

import json
import os
import signal
import time

import fcgi
import httpx
import pytest

from conftest import ALL_WEBS, Api
from process import wait_until

VARIABLES = ["variable-claviger_type", "variable-claviger_id", "variable-claviger_organization",
             "variable-claviger_key", "variable-claviger_kind", "variable-claviger_scopes",
             "variable-remote_user"]
HEADERS = ["x-claviger-type", "x-claviger-id", "x-claviger-organization", "x-claviger-key",
           "x-claviger-kind", "x-claviger-scopes", "x-claviger-user"]


def ask_role(stack, method, target, token=None, **more):
    return fcgi.request(stack.gate_socket, fcgi.web_params(method, target, token, **more),
                        role=fcgi.AUTHORIZER)


def ask_mode(stack, mode, method, target, token=None, **more):
    return fcgi.request(stack.gate_socket,
                        fcgi.web_params(method, target, token, CLAVIGER_MODE=mode, **more))


def names_of(reply):
    return [name for name, _ in reply.headers if name != "status"]


# --- the AUTHORIZER role and nginx's way ---

def test_allowed_in_the_role_is_variables_and_nothing_else(stack, world):
    reply = ask_role(stack, "GET", f"/org/{world.ORG}/x", world.ORG_TOKEN)
    assert reply.status == 200 and reply.ended and reply.body == b""
    assert names_of(reply) == VARIABLES
    assert [reply.header(name) for name in VARIABLES] == [
        "organization", world.ORG, world.ORG, world.ORG_KEY, "organization", "read", world.ORG]


def test_allowed_in_mode_auth_is_headers_and_nothing_else(stack, world):
    reply = ask_mode(stack, "auth", "GET", f"/org/{world.ORG}/x", world.PERSONAL_TOKEN)
    assert reply.status == 200 and reply.ended and reply.body == b""
    assert names_of(reply) == HEADERS
    assert [reply.header(name) for name in HEADERS] == [
        "user", world.MEMBER, world.ORG, world.PERSONAL_KEY, "personal", "read write admin", world.MEMBER]


def test_public_route_names_nobody(stack, world):
    for reply in (ask_role(stack, "GET", "/health", world.ORG_TOKEN),
                  ask_mode(stack, "auth", "GET", "/health", world.ORG_TOKEN)):
        assert reply.status == 200 and names_of(reply) == [] and reply.body == b""


@pytest.mark.parametrize("target, token, status", [
    ("/org/{ORG}/x", None, 401), ("/org/{ORG}/x", "dk_nonsense", 401), ("/org/{OTHER_ORG}/x", "own", 403),
    ("/nowhere", "own", 403), ("//org", "own", 403),
])
def test_refused_in_mode_auth_is_a_status_alone(stack, world, target, token, status):
    reply = ask_mode(stack, "auth", "GET", target.format(**world.values()),
                     world.ORG_TOKEN if token == "own" else token)
    assert reply.status == status and reply.body == b"" and names_of(reply) == []


def test_mode_denied_never_allows(stack, world):
    for target in (f"/org/{world.ORG}/x", "/health"):
        reply = ask_mode(stack, "denied", "GET", target, world.ORG_TOKEN)
        assert reply.status == 403 and json.loads(reply.body)["status"] == 403
        assert not [name for name in names_of(reply) if name in HEADERS]


@pytest.mark.parametrize("mode", [None, "", "Auth", "auth ", "allow"])
def test_a_responder_without_a_mode_is_closed(stack, world, mode):
    more = {} if mode is None else {"CLAVIGER_MODE": mode}
    params = fcgi.web_params("GET", "/health", world.ORG_TOKEN, **more)
    assert fcgi.request(stack.gate_socket, params).status in (403, 503)


def test_tcp_listener_serves_the_role_only(stack, world):
    host, port = stack.gate_listen.rsplit(":", 1)
    address = (host, int(port))
    params = fcgi.web_params("GET", "/health")
    assert fcgi.request(address, params, role=fcgi.AUTHORIZER).status == 200
    assert fcgi.request(address, {**params, "CLAVIGER_MODE": "auth"}).status == 503


def test_a_request_that_ends_early_is_closed(stack):
    with fcgi.Connection(stack.gate_socket) as connection:
        params = fcgi.pairs(fcgi.web_params("GET", "/health"))
        connection.send(fcgi.begin(fcgi.AUTHORIZER) + fcgi.record(fcgi.PARAMS, params))
        connection.no_more()
        assert connection.reply().status in (None, 503)


def test_identity_of_the_client_is_not_believed(stack, world):
    """Parameters that look like an identity are not even read."""
    more = {"CLAVIGER_ID": "usr_forged", "REMOTE_USER": "usr_forged", "HTTP_X_CLAVIGER_ID": "usr_forged",
            "HTTP_X_ORIGINAL_URI": "/health", "PATH_INFO": "/health", "SCRIPT_NAME": "/health"}
    assert ask_role(stack, "GET", f"/org/{world.ORG}/x", None, **more).status == 401
    reply = ask_role(stack, "GET", f"/org/{world.ORG}/x", world.ORG_TOKEN, **more)
    assert reply.status == 200 and b"forged" not in reply.out


# --- refusals as clients get them ---

@pytest.fixture
def application(web, api):
    return api.using(None).at(web.protected_url)


def test_no_credential(application, world):
    answer = application.get(f"/org/{world.ORG}/x")
    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate") == ['Bearer realm="claviger"']
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert (body["status"], body["code"]) == (401, "no_credential")
    assert body["type"] and body["title"] and body["request_id"]


def test_refusal_is_found_in_the_log(application, stack, world):
    answer = application.using(world.ORG_TOKEN).post(f"/org/{world.ORG}/x", {})
    request = answer.headers["x-request-id"]
    assert request == answer.json()["request_id"]
    lines = []

    def look():
        with open(stack.service.process.log) as log:
            lines[:] = [json.loads(line) for line in log if request in line and line.endswith("\n")]
        return lines
    wait_until(look, 30, "a line in the log")
    assert [(line["event"], line["fault"], line["key"]) for line in lines] == \
        [("refused", "SCOPE", world.ORG_KEY)]


@pytest.mark.parametrize("text", [
    "dk_", "dk_nonsense", "drv_" + "0" * 40, "dk_" + "a" * 49, "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.",
    "drvp_your_token_here", "\"dk_x\"", "dk_" + "a" * 4000,
])
def test_wrong_texts(application, world, text):
    answer = application.using(text).get(f"/org/{world.ORG}/x")
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "invalid_token"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_basic_is_never_asked_for_nor_taken(application, world):
    answer = application.request("GET", f"/org/{world.ORG}/x", auth=("ada@acme.example", world.ADMIN_PASSWORD))
    assert answer.status_code in (400, 401)
    assert "basic" not in answer.headers.get("www-authenticate", "").lower()


def test_two_credentials(application, world):
    one, other = "Bearer " + world.ORG_TOKEN, "Bearer " + world.PERSONAL_TOKEN
    for headers in ([("Authorization", one), ("Authorization", other)], [("Authorization", f"{one}, {other}")],
                    [("Authorization", f"{one} {world.PERSONAL_TOKEN}")]):
        answer = httpx.get(f"{application.base_url}/org/{world.ORG}/x", headers=headers)
        assert answer.status_code == 400, headers


def test_credential_in_the_address(application, world):
    answer = application.get(f"/org/{world.ORG}/x?access_token={world.ORG_TOKEN}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "credential_in_url"


def test_the_applications_own_query_is_its_own(application, world):
    for query in ("token=abc", "key=1&state=xyz", "a=b=c&&d", "%zz"):
        assert application.using(world.ORG_TOKEN).get(f"/org/{world.ORG}/x?{query}").status_code == 200, query


def test_secret_token_scheme(application, world):
    answer = application.using("secret-token:" + world.ORG_TOKEN).get(f"/org/{world.ORG}/x")
    assert answer.status_code == 200


def test_refusal_answers_every_method(application, world):
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert application.request(method, f"/org/{world.ORG}/x").status_code == 401, method
    for method in ("POST", "PUT", "PATCH"):
        answer = application.request(method, f"/org/{world.ORG}/x", content=b"x" * 100000)
        assert answer.status_code == 401, method


def test_body_goes_to_the_application_only_when_allowed(application, org):
    write = org.add_key("organization", permission="write")["token"]
    answer = application.using(write).request("POST", f"/org/{org.id}/x", content=b"x" * 100000)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["X-Claviger-Id", "x-claviger-id", "X_Claviger_Id", "X-Claviger_Id",
                                  "X.Claviger.Id", "X_Claviger.Id", "Claviger-Id", "Remote-User"])
def test_forged_identity_does_not_arrive(application, world, name):
    headers = {name: "usr_forged"}
    for token, path in ((world.ORG_TOKEN, f"/org/{world.ORG}/x"), (None, "/health")):
        answer = application.using(token).get(path, headers=headers)
        assert answer.status_code == 200
        body = answer.json()
        assert body["identity"]["id"] == (world.ORG if token else None)
        assert body["remote_user"] == (world.ORG if token else None)
        assert not [key for key in body["headers"] if key.lower().startswith("x-claviger")]


def test_identity_is_not_shown_to_the_client(application, world):
    for token, path in ((world.ORG_TOKEN, f"/org/{world.ORG}/x"), (None, f"/org/{world.ORG}/x")):
        answer = application.using(token).get(path)
        shown = [name for name in answer.headers if "claviger" in name.lower() or name.lower() == "remote-user"]
        assert not shown, shown


# --- a browser ---

@pytest.fixture(scope="module")
def login_stack(new_stack_session):
    stack = new_stack_session(webs=ALL_WEBS, settings={"service": {"base_url": "http://127.0.0.1:8480"}})
    with stack:
        yield stack


@pytest.mark.parametrize("kind", ALL_WEBS)
def test_a_browser_is_sent_to_the_login_page(login_stack, kind):
    application = Api(login_stack.webs[kind].protected_url)
    page = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = application.get("/org/org_x/y?z=1", headers=page)
    assert answer.status_code == 303
    address = application.base_url.replace(":", "%3A").replace("/", "%2F")
    assert answer.headers["location"] == f"http://127.0.0.1:8480/login?next={address}%2Forg%2Forg_x%2Fy%3Fz%3D1"
    assert "www-authenticate" not in answer.headers
    for headers in ({}, {"Accept": "application/json"}, {**page, "Authorization": "Bearer dk_x"}):
        assert application.get("/org/org_x/y", headers=headers).status_code == 401
    assert application.post("/org/org_x/y", headers=page).status_code == 401
    assert application.get("/nowhere", headers=page).status_code == 403


# --- too many failures ---

@pytest.fixture(scope="module")
def strict_stack(new_stack_session):
    stack = new_stack_session(webs=ALL_WEBS, settings={"limits": {"throttle_exempt": "", "failed_per_minute": 5}})
    with stack:
        yield stack


@pytest.mark.parametrize("kind", ALL_WEBS)
def test_too_many_failures_are_429(strict_stack, kind):
    application = Api(strict_stack.webs[kind].protected_url, "dk_nonsense")
    for _ in range(15):
        answer = application.get("/org/org_x/y")
        if answer.status_code == 429:
            break
        assert answer.status_code == 401
    assert answer.status_code == 429, answer.text
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert application.using(None).get("/health").status_code == 200


# --- broken things stay closed ---

@pytest.fixture(scope="module")
def own_stack(new_stack_session):
    stack = new_stack_session(webs=ALL_WEBS)
    with stack:
        yield stack


def check_closed(stack, kind, seconds=10):
    """A route that nobody would be refused at, soon and with no answer of the application."""
    answer = httpx.get(stack.webs[kind].protected_url + "/health", timeout=seconds)
    assert answer.status_code >= 500, answer.text


def wait_open(stack, kind, seconds=5):
    """lighttpd looks once a second whether a server that was gone is back."""
    end = time.monotonic() + seconds
    while Api(stack.webs[kind].protected_url).get("/health").status_code != 200:
        assert time.monotonic() < end, "it stays closed"
        time.sleep(0.1)


@pytest.mark.parametrize("kind", ALL_WEBS)
def test_hung_authorizer_keeps_closed(own_stack, kind):
    workers = own_stack.service.workers("gate") + own_stack.service.workers("gate_tcp")
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        # mod_authnz_fcgi waits 30 seconds, whatever its Timeout is.
        check_closed(own_stack, kind, 40 if kind == "apache" else 10)
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    wait_open(own_stack, kind)


@pytest.mark.parametrize("kind", ALL_WEBS)
def test_stopped_authorizer_keeps_closed(own_stack, kind):
    own_stack.service.stop()
    try:
        check_closed(own_stack, kind)
    finally:
        own_stack.service.start()
    wait_open(own_stack, kind)


@pytest.mark.parametrize("kind", ALL_WEBS)
def test_without_a_database_a_key_is_neither_right_nor_wrong(own_stack, kind):
    wait_open(own_stack, kind)
    application = Api(own_stack.webs[kind].protected_url, "drv_" + "0" * 40)
    assert application.get("/org/org_x/y").status_code == 401
    own_stack.database.stop()
    try:
        # Until it is noticed, a text that is nobody's is told by what is known of all keys.
        wait_until(lambda: application.get("/org/org_x/y").status_code != 401, 30, "the database is missed")
        answer = application.get("/org/org_x/y")
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        # What needs no key needs no database.
        assert application.using(None).get("/health").status_code == 200
    finally:
        own_stack.database.start()
    end = time.monotonic() + 5
    while application.get("/org/org_x/y").status_code != 401:
        assert time.monotonic() < end
        time.sleep(0.1)
