"""The one credential of a request: its shapes, two of them, where it must not stand, and what a
cookie takes."""

import socket

import pytest

import fcgi
from api_kit import (ABSENT, KINDS, REALM, ask, base_url, counted, encoded, good_body, home, is_refused,  # noqa: F401
                     openapi, over, route)
from world import Client


def self_with(base_url, header):
    """GET /v1/self with exactly this header."""
    return ask(base_url, "GET", "/v1/self", headers={"Authorization": header})


# --- texts that are no key ---

def swapped(text, at):
    """The text with another character of the same sort at this place."""
    return text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1:]


def spoiled(token):
    """Texts made of a live key that are no key, or not this one, by what was done to it."""
    prefix, _, body = token.partition("_")
    return {
        "the last digit": swapped(token, len(token) - 1), "the first digit": swapped(token, len(prefix) + 1),
        "a digit in the middle": swapped(token, len(token) // 2), "shorter": token[:-1], "longer": token + "0",
        "twice": token + token, "upper case": prefix + "_" + body.upper(), "no prefix": body,
        "prefix only": prefix + "_", "half a prefix": prefix, "two underscores": prefix + "__" + body,
        "another prefix": "drvx_" + body, "prefix in upper case": prefix.upper() + "_" + body,
        "a dash": token[:-1] + "-", "a dot": token[:-1] + ".", "an equals sign": token + "=",
        "backwards": token[::-1], "a blank in front of the body": prefix + "_%20" + body,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_texts_that_are_no_key_cost_nothing_and_tell_nothing(base_url, home, kind):
    before = counted(base_url, "claviger_argon2_runs_total")
    for what, text in spoiled(home.tokens[kind]).items():
        if text == home.tokens[kind]:
            continue
        body = is_refused(self_with(base_url, "Bearer " + text), 401, "invalid_token", what=what)
        assert body["detail"].startswith("look at what was sent"), what
    assert counted(base_url, "claviger_argon2_runs_total") == before
    assert self_with(base_url, "Bearer " + home.tokens[kind]).status == 200


def test_a_body_under_another_kinds_prefix(base_url, home):
    """Dispatch is on the whole prefix: a provider key's digits are no personal token's."""
    for kind, token in home.tokens.items():
        for other in ("drvp_", "drvm_", "dk_", "drv_", "dnt_"):
            if not token.startswith(other):
                text = other + token.partition("_")[2]
                is_refused(self_with(base_url, "Bearer " + text), 401, "invalid_token", what=kind + other)


@pytest.mark.parametrize("header", [
    "Bearer", "Bearer ", "bearer\t", "Bearer secret-token:", "Basic YWRhOmxvdmVsYWNl", "Basic", "Digest x",
    "Negotiate x", "Token {}", "{}", "Bearer={}", "Bearer:{}", "Bearer\"{}\"", "Bearer \"{}\"", "Bearer <{}>",
    "Bearer {};", "Bearer {}\\", "Bearer %64rv_", "Bearer t\u00f6ken", "Bearer " + "a" * 5000,
    "Bearer drv_" + "0" * 5000, "Bearer secret-token:secret-token:{}", "Bearer null", "Bearer undefined"])
def test_headers_that_are_no_bearer(base_url, home, header):
    header = header.format(home.tokens["provider"]).encode()
    is_refused(self_with(base_url, header), 401, "invalid_token")


def test_spellings_of_a_good_header(base_url, home):
    token = home.tokens["provider"]
    for header in ("Bearer {}", "bearer {}", "BEARER {}", "Bearer  {}", "Bearer\t{}", "Bearer {} ",
                   "Bearer secret-token:{}"):
        assert self_with(base_url, header.format(token)).status == 200, header


def forged(token):
    """Session texts made of a live one that nobody signed."""
    header, claims, signature = token.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    return {
        "no signature": f"{header}.{claims}.", "two parts": f"{header}.{claims}", "one part": header,
        "alg none": f"{none}.{claims}.", "alg none, signed": f"{none}.{claims}.{signature}",
        "other claims": f"{header}.{swapped(claims, 20)}.{signature}",
        "other signature": f"{header}.{claims}.{swapped(signature, 3)}",
        "longer signature": f"{header}.{claims}.{signature}A", "four parts": f"{token}.x",
        "padded": token + "=", "swapped parts": f"{claims}.{header}.{signature}", "dots": "eyJ...",
        "long": "eyJ" + "a" * 3000,
    }


def test_sessions_that_nobody_signed(base_url, home):
    for what, text in forged(home.admin.token).items():
        is_refused(self_with(base_url, "Bearer " + text), 401, "invalid_token", what=what)


# --- two of them, or in the wrong place ---

def raw_request(stack, lines):
    """A request with exactly these header lines; the whole answer as text."""
    with socket.create_connection(("127.0.0.1", stack.web.port), 10) as s:
        s.sendall("\r\n".join([*lines, "Host: localhost", "Connection: close", "", ""]).encode())
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    return answer.decode()


def test_two_headers(stack, home):
    token = home.tokens["provider"]
    for second in (token, "drv_x"):
        answer = raw_request(stack, ["GET /v1/self HTTP/1.1", "Authorization: Bearer " + token,
                                     "Authorization: Bearer " + second])
        assert answer.startswith("HTTP/1.1 400 "), answer
        assert home.id not in answer
    params = list(fcgi.web_params("GET", "/v1/self", token).items())
    reply = fcgi.request(stack.app_socket, [*params, ("HTTP_AUTHORIZATION", "Bearer " + token)])
    assert reply.status == 400 and b"two_credentials" in reply.body


def test_two_in_one_header(base_url, home):
    token = home.tokens["provider"]
    for header in ("Bearer {0}, Bearer {0}", "Bearer {0},Bearer {0}", "Bearer {0} {0}", "Basic eA==, Bearer {0}",
                   "Bearer {0}, Basic eA==", "Bearer {0} Bearer {0}", "Bearer {0},"):
        is_refused(self_with(base_url, header.format(token)), 400, "two_credentials", what=header)


@over()
def test_a_credential_in_the_address(route, home):
    """Also where none is needed, and also beside a good header."""
    token = home.admin.token if route.security else None
    for query in ("access_token=x", "x=1&access_token=", "t=" + home.tokens["provider"],
                  "t=" + home.tokens["personal"], "t=" + home.admin.token, "a%63cess_token=x"):
        answer = ask(home.api.base_url, route.method, route.fill(home.ids) + "?" + query, token)
        is_refused(answer, 400, "credential_in_url", what=query[:20])


# --- the cookie ---

def log_in(base_url, email, password, **headers):
    kind = {"Content-Type": "application/json", **headers}
    return Client(base_url).ask("POST", "/v1/session", {"email": email, "password": password}, kind)


def test_the_cookie_of_a_session(base_url, home, world):
    answer = log_in(base_url, world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    token = answer.json()["token"]
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    value, *attributes = rest.split("; ")
    assert (name, value) == ("claviger", token)
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"]
    seen = ask(base_url, "GET", "/v1/self", headers={"Cookie": f"a=b; claviger={token}"})
    assert seen.status == 200 and seen.json()["csrf"] == answer.json()["csrf"]
    assert "csrf" not in ask(base_url, "GET", "/v1/self", token).json()


def test_the_cookie_on_https_is_bound_to_the_host(stack, world, home):
    body = '{"email": "%s", "password": "%s"}' % (world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    reply = fcgi.request(stack.app_socket, fcgi.web_params(
        "POST", "/v1/session", HTTPS="on", CONTENT_TYPE="application/json", CONTENT_LENGTH=str(len(body))), body)
    name, _, rest = reply.header("Set-Cookie").partition("=")
    token, *attributes = rest.split("; ")
    assert name == "__Host-claviger"
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax", "Secure"]
    for cookie, secure, status in (("__Host-claviger", True, 200), ("claviger", True, 401),
                                   ("__Host-claviger", False, 401), ("claviger", False, 200)):
        more = {"HTTPS": "on"} if secure else {}
        reply = fcgi.request(stack.app_socket, fcgi.web_params(
            "GET", "/v1/self", HTTP_COOKIE=f"{cookie}={token}", **more))
        assert reply.status == status, (cookie, secure)


@pytest.fixture
def browser(base_url, api, world):
    """A session as a browser has it: a cookie, its CSRF token and the origin of our own pages."""
    answer = log_in(base_url, world.ADMIN_EMAIL, world.ADMIN_PASSWORD).json()

    def ask_by_cookie(method, path, body=None, kind=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        return ask(base_url, method, path, None, body, kind,
                   {"Cookie": "claviger=" + answer["token"], **headers})

    ask_by_cookie.csrf, ask_by_cookie.token = answer["csrf"], answer["token"]
    return ask_by_cookie


def rename(browser, home, **headers):
    return browser("PATCH", home.path, '{"name": "Home"}', "application/json", **headers)


def test_a_change_by_cookie_takes_csrf_token_and_origin(base_url, browser, home, api, world):
    other = log_in(base_url, world.ADMIN_EMAIL, world.ADMIN_PASSWORD).json()["csrf"]
    origins = (None, "", "null", "http://evil.example", base_url + ".evil.example", base_url + "/",
               base_url.replace("http", "https"), base_url + "0", "http://127.0.0.1", "http://localhost")
    for origin in origins:
        is_refused(rename(browser, home, X_CSRF_Token=browser.csrf, Origin=origin), 403, "csrf", what=origin)
    for csrf in (None, "", other, browser.csrf[:-1], browser.csrf + "A", browser.csrf.swapcase(), "null"):
        is_refused(rename(browser, home, X_CSRF_Token=csrf, Origin=base_url), 403, "csrf", what=csrf)
    assert rename(browser, home, X_CSRF_Token=browser.csrf, Origin=base_url).status == 200


@over(lambda r: r.security and r.method != "GET")
def test_every_change_by_cookie_takes_them(route, browser, home, base_url):
    body, kind = encoded(route, good_body(route, home)) if route.schema else (None, None)
    for headers in ({}, {"Origin": base_url}, {"X_CSRF_Token": browser.csrf},
                    {"X_CSRF_Token": browser.csrf, "Origin": "http://evil.example"}):
        is_refused(browser(route.method, route.fill(home.ids), body, kind, **headers), 403, "csrf")


@over(lambda r: r.security and r.method == "GET")
def test_looking_by_cookie_takes_neither(route, browser, home):
    for method in ("GET", "HEAD"):
        assert browser(method, route.fill(home.ids), Origin="http://evil.example").status == 200


def test_a_key_in_the_cookie_is_none(base_url, home):
    for token in home.tokens.values():
        answer = ask(base_url, "GET", "/v1/self", headers={"Cookie": "claviger=" + token})
        is_refused(answer, 401, "invalid_token")


def test_a_header_goes_before_the_cookie(base_url, browser, home):
    answer = browser("GET", "/v1/self", Authorization="Bearer " + home.tokens["organization"])
    assert answer.json()["type"] == "organization"
    is_refused(browser("GET", "/v1/self", Authorization="Bearer drv_x"), 401, "invalid_token")
    is_refused(browser("GET", "/v1/self", Authorization="Basic eA=="), 401, "invalid_token")


def test_another_site_cannot_log_its_visitor_in(base_url, world):
    for origin in ("http://evil.example", "null"):
        is_refused(log_in(base_url, world.MEMBER_EMAIL, world.MEMBER_PASSWORD, Origin=origin), 403, "csrf")
    assert log_in(base_url, world.MEMBER_EMAIL, world.MEMBER_PASSWORD, Origin=base_url).status == 200


# --- identity comes from nowhere else ---

def test_no_header_of_a_client_makes_an_identity(base_url, home):
    for name in ("X-Claviger-Id", "X-Forwarded-User", "Remote-User", "X-Remote-User", "X-Original-URL",
                 "Proxy-Authorization", "X-Authorization", "X-Api-Key", "CLAVIGER_ID"):
        answer = ask(base_url, "GET", "/v1/self", headers={name: "Bearer " + home.tokens["personal"]})
        is_refused(answer, 401, "no_credential", what=name)


def test_the_realm_is_the_installations(base_url):
    assert ask(base_url, "GET", "/v1/self").headers["WWW-Authenticate"] == REALM


def test_targets_that_are_not_plain(base_url, home):
    token = home.admin.token
    for target in ("//v1/self", "/v1//self", "/v1/./self", "/v1/x/../self", "/v1/%73elf%2f", "/v1%2fself",
                   "/v1/self%00", "/v1/self;x=1", "/v1/%2e%2e/self", "/v1/sel%66%20%", "/v1/%ff", "/v1\\self"):
        answer = ask(base_url, "GET", target, token)
        assert answer.status == 400, f"{target}: {answer.status} {answer.text}"
    assert ask(base_url, "GET", "/v1/sel%66", token).status == 200
    is_refused(ask(base_url, "GET", "/v1/self/", token), 404, "not_found")
    is_refused(ask(base_url, "GET", "/V1/self", token), 404, "not_found")
    is_refused(ask(base_url, "GET", "/v1/organizations/" + ABSENT["org"] + "/nothing", token), 404, "not_found")
