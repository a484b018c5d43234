"""Odd requests of all sorts: whatever comes, the answer is a clean one, and never a fault of ours."""

import json
import random
import socket

import fcgi
import pytest

from api_kit import (ask, base_url, encoded, good_body, home, is_refused, openapi, over, route,  # noqa: F401
                     secret)
from process import wait_until
from world import Client

ODD_TEXTS = ["", " ", "\0", "a\0b", "\ud7ff", "\uffff", "\ufffe", "\u202e", "\u200d", "\U0001f511" * 60, "x" * 300,
             "x" * 40000, "'", '"', "\\", "%", "%s%n", "';--", "../..", "/", "{}", "null", "true", "0", "-1", "1e999",
             "org_", "key_" + "0" * 20, "everyone", "read", "admin", "\u00df" * 100, "\u0390" * 100, "\ufb03" * 100,
             "\u0130" * 100, "a@b", "e\u0301" * 100, "\u1e9e", "2099-01-01", "30d", "local", "s3", "https://x"]
ODD_VALUES = [None, True, False, 0, -1, 7, 30, 365, 2**31, 2**53, 2**63 - 1, -2**63, 0.5, 1e300, [], {}, [[]], [None],
              [{}], [""], ["read"], ["read", "write"], [{"provider": "x"}], [{"base": ""}], {"driver": "local"},
              {"root": "/"}, {"driver": "s3"}]


def odd_value(chance):
    return chance.choice(ODD_TEXTS if chance.random() < 0.5 else ODD_VALUES)


def odd_body(chance, route, good):
    """A good body with some of its members made odd."""
    body = dict(good)
    names = list(good) if route.free else list(route.schema["properties"])
    for name in chance.sample(names, chance.randint(1, len(names))):
        body[name] = odd_value(chance)
    if route.free:
        body[chance.choice([*ODD_TEXTS, "id"])] = odd_value(chance)
    for name in chance.sample(sorted(body, key=str), chance.randint(0, 1)):
        del body[name]
    return body


@over(lambda r: r.form == "JSON")
def test_odd_bodies(route, org, base_url, home):
    """Good or bad is for the other tests to say: here every answer only has to be one."""
    org.tokens, org.keys = home.tokens, home.keys
    member, user = org.add_member()
    ids = {**home.ids, "org": org.id, "user": user, "subject": user, "resource": org.add_resource("provider"),
           "team": org.admin.must("POST", org.path + "/teams", {"name": "Team"})["id"],
           "machine": org.add_machine()["machine"]["id"],
           "key": org.add_key("space", scopes=["full"], expires_at="2099-01-01")["id"]}
    chance = random.Random(repr(route))
    for _ in range(40):
        body = odd_body(chance, route, good_body(route, org))
        answer = ask(base_url, route.method, route.fill(ids), org.admin.token, json.dumps(body), "application/json")
        assert answer.status < 500, f"{route} {body}: {answer.status} {answer.text}"
        assert answer.status < 300 or answer.code, f"{route} {body}: {answer.text}"
        if answer.status < 300 and answer.text and "token" in answer.json():
            secret(answer.json()["token"])


ODD_QUERIES = ["", "%00", "a%00b", "%ff", "%C3%A9", "%ED%A0%80", "%F0%9F%94%91", "'", "%27--", "%25", "%", "x" * 3000,
               "+", "%0a", "-1", "0", "1e9", "9" * 30, "\u00e9".encode().hex(), "null", "[]", "active%00", "space%00"]


@over(lambda r: r.method == "GET")
def test_odd_queries(route, base_url, home):
    names = ["limit", "cursor", "type", "parent", "kind", "state", "owner", "since", "actor", "key", "action", "", "x"]
    token = home.admin.token if route.security else None
    for name in names:
        for value in ODD_QUERIES:
            answer = ask(base_url, "GET", f"{route.fill(home.ids)}?{name}={value}", token)
            assert answer.status < 500, f"{route} {name}={value}: {answer.status} {answer.text}"
    for query in ("?", "??", "?&", "?=", "?=&=", "?" + "&" * 500, "?" + "a=b&" * 1500):
        # In a collection a name nobody knows is that of a field: one is refused that no field can have.
        good = (route.status, 422) if route.permit == "COLLECTION_READ" else (route.status,)
        assert ask(base_url, "GET", route.fill(home.ids) + query, token).status in good, query[:9]


def test_addresses_of_any_length(base_url, home):
    for n in (100, 4000, 8100):
        answer = ask(base_url, "GET", f"{home.path}/keys/{'k' * n}", home.admin.token)
        assert answer.status == (404 if n < 8000 else answer.status) and answer.status < 500


# --- bodies as web servers hand them over ---

def chunked(stack, path, token, pieces):
    """A body in chunks, without a length; the status line of the answer."""
    head = [f"POST {path} HTTP/1.1", "Host: localhost", "Authorization: Bearer " + token, "Connection: close",
            "Content-Type: application/json", "Transfer-Encoding: chunked", "", ""]
    with socket.create_connection(("127.0.0.1", stack.web.port), 10) as s:
        s.sendall("\r\n".join(head).encode())
        for piece in (*pieces, b""):
            s.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        answer = b""
        while more := s.recv(65536):
            answer += more
    return int(answer.split()[1])


def test_bodies_in_chunks(stack, home):
    path, token = home.path + "/teams", home.admin.token
    assert chunked(stack, path, token, [b'{"na', b'me": "in chun', b'ks"}']) == 201
    assert chunked(stack, path, token, [b" " * 65000, b'{"name": ""}']) == 422
    assert chunked(stack, path, token, [b" " * 65536, b" "]) == 413
    assert chunked(stack, path, token, []) == 400


def test_a_body_where_none_is_taken(base_url, home):
    """Is not looked at."""
    for body in ("{", "x" * 100000):
        answer = ask(base_url, "GET", home.path, home.admin.token, body, "application/json")
        assert answer.status == 200


def test_lengths_that_lie(stack, home):
    """More was announced than comes, or less."""
    body = '{"name": "x"}'
    for length in ("5", "100", "-1", "x", "1e3", "99999999999999999999", " 13"):
        reply = fcgi.request(stack.app_socket, fcgi.web_params(
            "POST", home.path + "/teams", home.admin.token, CONTENT_TYPE="application/json", CONTENT_LENGTH=length), body)
        assert reply.status in (400, 413), (length, reply)


def test_pages_end_before_an_answer_is_too_large(base_url, org, db):
    """50 keys with 100 long base paths each: asked for at once, they come in pages of a mebibyte or so."""
    key = org.add_key("provider", scopes=["read"])["id"]
    mark = org.id[-10:]
    with db.cursor() as cursor:
        cursor.execute("INSERT INTO resource (org_id, id, type, name, created_at, created_by) "
                       "SELECT %s, CONCAT('res_', %s, seq), 'provider', 'x', 1, 'x' FROM seq_1_to_100", (org.id, mark))
        cursor.execute(
            "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, scopes, restricted, "
            "created_at, created_by) SELECT org_id, CONCAT('key_', %s, seq), kind, name, prefix, "
            "UNHEX(MD5(CONCAT(%s, seq))), secret_hash, membership_id, scopes, 1, 1, created_by "
            "FROM api_key JOIN seq_1_to_50 WHERE id = %s", (mark, mark, key))
        cursor.execute("INSERT INTO key_restriction (org_id, key_id, resource_id, base_path) SELECT %s, CONCAT('key_', %s, "
                       "k.seq), CONCAT('res_', %s, r.seq), CONCAT('/', REPEAT('a', 1000)) "
                       "FROM seq_1_to_50 k JOIN seq_1_to_100 r", (org.id, mark, mark))
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        answer = ask(base_url, "GET", f"{org.path}/keys?limit=200{cursor and '&cursor=' + cursor}", org.admin.token)
        assert answer.status == 200 and len(answer.text) < 1500000
        seen, cursor, pages = seen + answer.json()["items"], answer.json()["next"], pages + 1
    assert pages > 3 and len({k["id"] for k in seen}) == len(seen) == 51
    assert {len(k["restrictions"] or []) for k in seen} == {100, 0}


# --- small things ---

def noted(stack, request_id):
    """The line of a request, which a worker writes when it has nothing else to do."""
    seen = []

    def look():
        with open(stack.path("log", "claviger.log")) as f:
            seen[:] = [json.loads(line) for line in f if request_id in line and line.endswith("\n")]
        return seen
    wait_until(look, 30, "a line in the log")
    return seen[0]


def test_the_id_of_a_request_is_in_the_log(stack, base_url, home):
    seen = set()
    for token, status in ((home.tokens["provider"], 200), (home.dead, 401), (None, 401)):
        answer = ask(base_url, "GET", "/v1/self", token, headers={"X-Request-Id": "chosen-by-the-client"})
        request_id = answer.headers["X-Request-Id"]
        assert request_id != "chosen-by-the-client"
        seen.add(request_id)
        event = noted(stack, request_id)
        assert event["status"] == str(status) and event["route"] == "/v1/self"
        assert event.get("key") == (home.keys["provider"] if status == 200 else None)
    assert len(seen) == 3


def test_metrics_are_for_some_addresses(stack, base_url):
    text = ask(base_url, "GET", "/metrics")
    assert text.status == 200 and text.headers["Content-Type"].startswith("text/plain")
    for line in text.text.splitlines():
        assert line.startswith("# ") or float(line.rpartition(" ")[2]) >= 0, line
    for address, status in (("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 403), ("2001:db8::1", 403), ("", 403)):
        reply = fcgi.request(stack.app_socket, fcgi.web_params("GET", "/metrics", REMOTE_ADDR=address))
        assert reply.status == status, address
        assert status == 200 or json.loads(reply.body)["code"] == "metrics_forbidden"


def test_nothing_is_answered_where_nothing_is(base_url, home):
    for path in ("/v1", "/v1/", "/v2/self", "/v1/keys", "/index.html", "/.env", "/oauth", "/oauth/token",
                 "/v1/organizations/" + home.id + "/", home.path + "/keys/" + home.keys["space"] + "/spin"):
        for token in (None, home.admin.token):
            is_refused(ask(base_url, "GET", path, token), 404, "not_found")


def test_no_answer_may_be_taken_for_a_page(base_url, home):
    """Names people chose are text in JSON, and browsers are told not to guess."""
    name = "<script>alert(1)</script>"
    made = home.add_key("provider", scopes=["read"], name=name)
    answer = ask(base_url, "GET", f"{home.path}/keys/{made['id']}", home.admin.token)
    assert answer.json()["name"] == name and "<script" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer = Client(base_url, home.admin.token).ask("POST", home.path + "/teams", {name: 1})
    is_refused(answer, 422, "unknown_field", name)
    assert "<script" not in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*;q=0.1", ""])
def test_what_a_client_would_accept_is_no_matter(base_url, home, accept):
    answer = ask(base_url, "GET", "/v1/self", home.tokens["personal"], headers={"Accept": accept})
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    is_refused(ask(base_url, "GET", "/v1/self", headers={"Accept": accept}), 401, "no_credential")
