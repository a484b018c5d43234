"""People whom the web server has authenticated: REMOTE_USER."""

import base64
import json
import os

import fcgi
import pytest

from api_kit import ask, base_url, fresh_stack, is_refused, secret  # noqa: F401
from webservers import Nginx, WEBS
from world import Client

FROM = "192.0.2.0/24"


@pytest.fixture(scope="module")
def place(new_stack_session):
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start, settings={"sessions": {"remote_user_from": FROM, "remote_user_domain": "acme.example",
                                                    "remote_user_below": "/v1"}})
    assert made[0].stop() == []


def send(stack, name, method="GET", target="/v1/self", address="192.0.2.7", body="", token=None, **more):
    if body:
        more.update(CONTENT_TYPE="application/json", CONTENT_LENGTH=str(len(body)))
    if name is not None:
        more["REMOTE_USER"] = name
    return fcgi.request(stack.app_socket, fcgi.web_params(method, target, token, REMOTE_ADDR=address, **more), body)


def code_of(reply):
    return json.loads(reply.body).get("code")


@pytest.mark.parametrize("name", ["ada@acme.example", "ada", "Ada", "ADA@Acme.Example"])
def test_a_name_is_a_session(place, name):
    stack, _, world = place
    reply = send(stack, name)
    assert reply.status == 200
    me = json.loads(reply.body)
    assert (me["email"], me["organization"]) == (world.ADMIN_EMAIL, None) and me["csrf"]
    assert reply.header("Set-Cookie") is None


@pytest.mark.parametrize("name", ["nobody", "nobody@acme.example", "ada@evil.example", "ada@acme.example@x", "@", " ",
                                  "ada\nx", "a" * 300, "-", "(null)", "ada, ben", "\u00e4da", b"\xff"])
def test_names_of_nobody(place, name):
    stack, _, _ = place
    reply = send(stack, name)
    assert (reply.status, code_of(reply)) == (401, "invalid_token")


@pytest.mark.parametrize("name", [None, ""])
def test_no_name(place, name):
    stack, _, _ = place
    reply = send(stack, name)
    assert (reply.status, code_of(reply)) == (401, "no_credential")


@pytest.mark.parametrize("address", ["192.0.3.7", "127.0.0.1", "2001:db8::1", "", "unix:"])
def test_from_elsewhere_it_does_not_count(place, address):
    stack, _, _ = place
    reply = send(stack, "ada", address=address)
    assert (reply.status, code_of(reply)) == (401, "no_credential")


def test_two_names_are_refused(place):
    stack, _, _ = place
    params = list(fcgi.web_params("GET", "/v1/self", REMOTE_ADDR="192.0.2.7").items())
    for first, second in (("mallory", "ada"), ("ada", "ada"), ("", "ada"), ("ada", "")):
        reply = fcgi.request(stack.app_socket, params + [("REMOTE_USER", first), ("REMOTE_USER", second)])
        assert (reply.status, code_of(reply)) == (400, "bad_request"), (first, second)


def test_a_header_of_that_name_is_none(place):
    stack, _, _ = place
    for header in ("HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "REDIRECT_REMOTE_USER", "remote_user"):
        reply = send(stack, None, **{header: "ada"})
        assert (reply.status, code_of(reply)) == (401, "no_credential"), header


def test_a_key_goes_before_it(place):
    """The web server's own Authorization is not ours; a Bearer credential is."""
    stack, _, world = place
    me = json.loads(send(stack, "ben", token=world.ORG_TOKEN).body)
    assert me["type"] == "organization"
    basic = "Basic " + base64.b64encode(b"ada:secret").decode()
    assert json.loads(send(stack, "ada", HTTP_AUTHORIZATION=basic).body)["email"] == world.ADMIN_EMAIL
    reply = send(stack, "ada", HTTP_AUTHORIZATION="Bearer drv_nonsense")
    assert (reply.status, code_of(reply)) == (401, "invalid_token")
    reply = send(stack, None, HTTP_AUTHORIZATION=basic)
    assert (reply.status, code_of(reply)) == (401, "invalid_token")


def test_it_goes_before_a_cookie(place):
    """Somebody else may have sat at this browser before."""
    stack, api, world = place
    member = api.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    me = json.loads(send(stack, "ada", HTTP_COOKIE="claviger=" + member.token).body)
    assert me["email"] == world.ADMIN_EMAIL


def test_changes_take_the_csrf_token(place):
    stack, _, world = place
    csrf = json.loads(send(stack, "ada").body)["csrf"]
    other = json.loads(send(stack, "ben").body)["csrf"]
    body = '{"name": "By REMOTE_USER"}'

    def make(**headers):
        return send(stack, "ada", "POST", "/v1/organizations", body=body, **headers)

    for headers in ({}, {"HTTP_ORIGIN": "http://localhost"}, {"HTTP_X_CSRF_TOKEN": csrf},
                    {"HTTP_ORIGIN": "http://localhost", "HTTP_X_CSRF_TOKEN": other},
                    {"HTTP_ORIGIN": "https://evil.example", "HTTP_X_CSRF_TOKEN": csrf},
                    {"HTTP_ORIGIN": "null", "HTTP_X_CSRF_TOKEN": csrf}):
        reply = make(**headers)
        assert (reply.status, code_of(reply)) == (403, "csrf"), headers
    assert make(HTTP_ORIGIN="http://localhost", HTTP_X_CSRF_TOKEN=csrf).status == 201


def test_there_is_no_session_to_end(place):
    stack, api, world = place
    csrf = json.loads(send(stack, "ada").body)["csrf"]
    more = {"HTTP_ORIGIN": "http://localhost", "HTTP_X_CSRF_TOKEN": csrf}
    reply = send(stack, "ada", "DELETE", "/v1/session", **more)
    assert (reply.status, code_of(reply)) == (409, "conflict")
    session = api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    items = json.loads(send(stack, "ada", target="/v1/sessions").body)["items"]
    assert items and not any(i["current"] for i in items)
    assert send(stack, "ada", "DELETE", "/v1/sessions", **more).status == 204
    assert session.get("/v1/self").status_code == 401


def test_below_the_path_only(new_stack):
    stack, _, _ = fresh_stack(new_stack, settings={"sessions": {
        "remote_user_from": FROM, "remote_user_below": "/v1/organizations"}})
    name = "ada@acme.example"
    assert send(stack, name, target="/v1/organizations").status == 200
    assert send(stack, name, target="/v1/self").status == 401
    assert send(stack, name, target="/v1/organizationsx").status in (401, 404)
    # A name without a domain is none where no domain is set.
    reply = send(stack, "ada", target="/v1/organizations")
    assert (reply.status, code_of(reply)) == (401, "invalid_token")


def test_off_by_default(stack, world):
    reply = send(stack, world.ADMIN_EMAIL, address="127.0.0.1")
    assert (reply.status, code_of(reply)) == (401, "no_credential")


def test_not_for_the_authorizer(place):
    stack, _, world = place
    target = f"/org/{world.ORG}/x"
    for mode in ("auth", "denied"):
        reply = fcgi.request(stack.gate_socket, fcgi.web_params(
            "GET", target, REMOTE_ADDR="192.0.2.7", REMOTE_USER=world.ADMIN_EMAIL, CLAVIGER_MODE=mode))
        assert reply.status == 401, mode


class NginxWithPasswords(Nginx):
    """The sample with auth_basic around claviger, as an administrator would write it."""

    def write_config(self):
        super().write_config()
        path = os.path.join(self.directory, "claviger", "claviger_service.conf")
        text = open(path).read().replace(
            "\tinclude claviger/claviger_params;", f'\tauth_basic "x";\n\tauth_basic_user_file {self.directory}/users;\n'
            "\tfastcgi_param REMOTE_USER $remote_user;\n\tinclude claviger/claviger_params;")
        open(path, "w").write(text)
        with open(self.directory + "/users", "w") as f:
            f.write("ada:{PLAIN}open sesame\n")
        os.chmod(self.directory + "/users", 0o644)


def test_through_a_web_server(new_stack_session, monkeypatch):
    """nginx checks the password; a name it has not checked never arrives."""
    monkeypatch.setitem(WEBS, "nginx", NginxWithPasswords)
    stack = new_stack_session(settings={"sessions": {"remote_user_from": "127.0.0.0/8",
                                                     "remote_user_domain": "acme.example"}})
    stack.wait_ready = lambda *_: None  # /readyz wants a password here as well
    try:
        stack.start()
        stack.service.must("user", "add", "ada@acme.example")
        url = stack.web.base_url

        def basic(words):
            return {"Authorization": "Basic " + base64.b64encode(words.encode()).decode()}

        answer = ask(url, "GET", "/v1/self", headers=basic("ada:open sesame"))
        assert answer.status == 200 and answer.json()["email"] == "ada@acme.example"
        assert ask(url, "GET", "/v1/self", headers=basic("ada:wrong")).status == 401
        assert ask(url, "GET", "/v1/self", headers={"REMOTE_USER": "ada", "Remote-User": "ada"}).status == 401
        made = Client(url).ask("POST", "/v1/organizations", {"name": "x"}, headers=basic("ada:open sesame"))
        is_refused(made, 403, "csrf")
        csrf = answer.json()["csrf"]
        made = Client(url).ask("POST", "/v1/organizations", {"name": "x"},
                               headers={**basic("ada:open sesame"), "Origin": url, "X-CSRF-Token": csrf})
        assert made.status == 201
    finally:
        assert stack.stop() == []
