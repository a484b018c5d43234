"""Every route of the JSON API, by the service's own description: who may, who may not, and what is
said to bad requests.  A new route is tested by being in the table."""

import json
import re

import pytest

from api_kit import (ABSENT, KINDS, SOURCES, abroad, ask, check_schema, described, encoded, good_body,  # noqa: F401
                     home, is_refused, openapi, over, route, table, without_request_id)

ALL = table()


def send(route, place, token, ids=None, body="good", kind=None):
    """The route with a body it takes, unless the test says otherwise."""
    text, type_of_body = None, None
    if body == "good":
        if route.schema is not None:
            text, type_of_body = encoded(route, good_body(route, place))
    else:
        text, type_of_body = body, "application/json"
    return ask(place.api.base_url, route.method, route.fill(ids or place.ids), token, text,
               type_of_body if kind is None else kind)


# --- three descriptions of one thing ---

def test_the_description_is_the_table(openapi):
    by_table = {(r.method, r.path, r.security, r.form if r.form != "PLAIN" else None) for r in ALL}
    assert len(by_table) > 50
    assert by_table == {(r.method, r.path, r.security, r.form) for r in described(openapi)}


def of_other_doors():
    """Method and path of the rows whose messages are described elsewhere."""
    text = re.sub(r"\s+", " ", (SOURCES / "src/front/routes.c").read_text())
    return re.findall(r'{ METHOD_(\w+), "([^"]+)", &door_(?!api\b)\w+,', text)


def test_the_table_is_read_whole():
    """What reads the table for these tests misses no row of it."""
    text = (SOURCES / "src/front/routes.c").read_text()
    assert len(ALL) == len(re.findall(r"{ METHOD_", text)) - len(of_other_doors())


def test_the_manual_is_the_table():
    """Each ".It Cm GET , POST Pa /address" of claviger-api(7)."""
    manual = (SOURCES / "src/front/claviger-api.7").read_text()
    entries = re.findall(r"^\.It Cm ([A-Z]+(?: , [A-Z]+)*) Pa (\S+)", manual, re.M)
    told = [(method, path) for methods, path in entries for method in methods.split(" , ")]
    assert sorted(told) == sorted([*((r.method, r.path) for r in ALL), *of_other_doors()])


def test_every_schema_is_described(openapi):
    known = openapi["components"]["schemas"]
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(openapi)))
    assert used == set(known)


def test_names_in_an_address_are_described(openapi):
    for path, row in openapi["paths"].items():
        names = [p["name"] for p in row.get("parameters", []) if p["in"] == "path"]
        assert names == re.findall(r"{(\w+)}", path), path


# --- who may ---

@over(lambda r: r.method == "GET")
def test_what_is_shown_is_what_is_described(route, home, openapi):
    answer = send(route, home, home.admin.token if route.security else None)
    assert answer.status == route.status, answer.text
    assert answer.headers["X-Request-Id"]
    if route.answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        check_schema(openapi, route.answer, answer.json())


@over(lambda r: r.method == "GET")
def test_head_is_get_without_a_body(route, home):
    token = home.admin.token if route.security else None
    get, head = send(route, home, token), ask(home.api.base_url, "HEAD", route.fill(home.ids), token)
    assert (head.status, head.text) == (get.status, "")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


# --- who may not ---

@over(lambda r: r.security)
def test_without_a_credential(route, home):
    is_refused(send(route, home, None), 401, "no_credential")


@over(lambda r: r.security)
def test_with_a_dead_key(route, home):
    is_refused(send(route, home, home.dead), 401, "revoked")


@over(lambda r: r.security)
def test_with_a_text_that_is_no_key(route, home):
    is_refused(send(route, home, "drv_nonsense"), 401, "invalid_token")


@over(lambda r: r.security == "session")
@pytest.mark.parametrize("kind", KINDS)
def test_with_a_key_where_it_takes_a_session(route, home, kind):
    is_refused(send(route, home, home.tokens[kind]), 403, "session_required")


@over(lambda r: "org" in r.params)
def test_another_organization_is_as_good_as_none(route, home, abroad):
    """The stranger's session, and keys of the stranger's organization."""
    hidden = send(route, home, abroad.admin.token)
    absent = send(route, home, abroad.admin.token, {**home.ids, "org": ABSENT["org"]})
    is_refused(hidden, 404, "not_found")
    assert without_request_id(hidden) == without_request_id(absent)
    for token in abroad.tokens.values():
        assert without_request_id(send(route, home, token)) == without_request_id(absent)


@over(lambda r: r.permit == "ORG_ADMIN")
def test_a_member_where_it_takes_an_admin(route, home):
    body = is_refused(send(route, home, home.member.token), 403, "role")
    assert "field" not in body


@over(lambda r: r.permit == "ORG_ADMIN" and r.security == "credential")
def test_keys_where_it_takes_an_admin(route, home):
    is_refused(send(route, home, home.tokens["organization"]), 403, "scope")
    is_refused(send(route, home, home.tokens["machine"]), 403, "role")
    member = home.add_key("provider", by=home.member, scopes=["admin"])
    is_refused(send(route, home, member["token"]), 403, "role")


@over(lambda r: r.permit == "RESOURCE_ADMIN")
def test_a_member_where_it_takes_a_ruler(route, home):
    """Who reads it is told what is missing, who does not is told that it is not there."""
    is_refused(send(route, home, home.member.token), 403, "role")
    hidden = {**home.ids, "resource": home.provider}
    absent = {**home.ids, "resource": ABSENT["resource"]}
    for ids in (hidden, absent):
        is_refused(send(route, home, home.member.token, ids), 404, "not_found")


@over(lambda r: set(r.params) - {"org"})
def test_ids_that_are_not_there(route, home, abroad):
    """Each id in the address in turn: absent, another organization's, and no id at all."""
    for name in set(route.params) - {"org"}:
        absent = send(route, home, home.admin.token, {**home.ids, name: ABSENT[name]})
        is_refused(absent, 404, "not_found", what=name)
        for other in (abroad.ids[name], "x", "a-b", "%20", "%C3%A9", "a" * 300, abroad.id):
            answer = send(route, home, home.admin.token, {**home.ids, name: other})
            assert without_request_id(answer) == without_request_id(absent), (name, other)


# --- requests that are no good ---

@over()
def test_methods_an_address_does_not_take(route, home):
    # "keys/revoke" could be the key of that name
    takes = {r.method for r in ALL if re.fullmatch(re.sub(r"{\w+}", "[^/]+", r.path), route.fill(home.ids))}
    takes |= {"HEAD"} if "GET" in takes else set()
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} - takes:
        answer = ask(home.api.base_url, method, route.fill(home.ids), home.admin.token)
        if method != "HEAD":
            is_refused(answer, 405, "method_not_allowed", what=method)
        assert answer.status == 405 and answer.text == "" if method == "HEAD" else True
        assert set(answer.headers["Allow"].split(", ")) == takes, method


def refused_body(route, home, body, status, code, field=None, kind=None):
    is_refused(send(route, home, home.admin.token if route.security else None, body=body, kind=kind),
               status, code, field, what=repr(body)[:80])


JSON = over(lambda r: r.form == "JSON")
SHAPED = over(lambda r: r.form == "JSON" and not r.free)


@over(lambda r: r.form in ("JSON", "FORM"))
def test_bodies_of_another_type(route, home):
    text, right = encoded(route, good_body(route, home))
    other = "application/x-www-form-urlencoded" if route.form == "JSON" else "application/json"
    for kind in (other, "text/plain", "multipart/form-data; boundary=x", "application/jsonx",
                 "text/html, " + right, ""):
        answer = send(route, home, home.admin.token if route.security else None, body=text, kind=kind)
        assert is_refused(answer, 415, "content_type", what=kind)["detail"] == "must be " + right


@over(lambda r: r.form in ("JSON", "FORM"))
def test_bodies_up_to_64_kib(route, home):
    kind = encoded(route, {})[1]
    frame = ('{"%s":1}' if route.form == "JSON" else "%s=1") % "x"
    filled = frame.replace("x", "x" * (65536 - len(frame) + 1))
    assert len(filled) == 65536
    refused_body(route, home, filled, 422, "bad_field" if "RecordFields" in str(route.schema) else "unknown_field", kind=kind)
    refused_body(route, home, filled + " ", 413, "body_too_large", kind=kind)
    refused_body(route, home, filled * 20, 413, "body_too_large", kind=kind)


@JSON
def test_bodies_that_are_no_json(route, home):
    for body in ("{", "{]", '{"name":', "nonsense", "{} {}", "{'name': 1}", '{"name": 01}', "[]", "null",
                 '"name"', "1", b'{"name": "\xff"}', b'{"name": "\xc0\xaf"}', b'{"name": "\xed\xa0\x80"}',
                 b'{"name": "a\x00b"}', b'\xef\xbb\xbf{}', '{"name": "\\ud800"}', '{"name": NaN}',
                 "[" * 30000, '{"a":' * 9000):
        refused_body(route, home, body, 400, "bad_json")


@JSON
def test_an_empty_body(route, home):
    refused_body(route, home, "", 400, "bad_json")


@SHAPED
def test_members_nobody_knows(route, home):
    good = good_body(route, home)
    for name in ("nmae", "Name", "__proto__", "id", "org_id", "caf\u00e9"):
        if name not in route.schema["properties"]:
            refused_body(route, home, json.dumps({**good, name: 1}), 422, "unknown_field", name)
    refused_body(route, home, json.dumps({"a\nb": 1}), 422, "unknown_field", "(unprintable)")
    refused_body(route, home, json.dumps({"x" * 5000: 1}), 422, "unknown_field", "(unprintable)")


def wrong_values(described):
    right = described.get("type", "object")
    right = right[0] if isinstance(right, list) else right
    values = {"string": "x", "integer": 7, "number": 1.5, "boolean": True, "array": [], "object": {}}
    return [v for kind, v in values.items() if kind != right]


@JSON
def test_members_of_another_type(route, home):
    good = good_body(route, home)
    for name, described in route.schema["properties"].items():
        for value in wrong_values(described):
            refused_body(route, home, json.dumps({**good, name: value}), 422, "bad_field", name)
        if described.get("type", [None])[0] == "array":
            refused_body(route, home, json.dumps({**good, name: [7]}), 422, "bad_field", name)


@JSON
def test_members_given_twice(route, home):
    for name in route.schema["properties"]:
        refused_body(route, home, f'{{"{name}": null, "{name}": null}}', 422, "duplicate_field", name)


@JSON
def test_texts_with_nul(route, home):
    good = good_body(route, home)
    for name, described in route.schema["properties"].items():
        if described.get("type", [None])[0] == "string":
            refused_body(route, home, json.dumps({**good, name: "a\0b"}), 422, "bad_field", name)


@JSON
def test_members_that_are_missing(route, home):
    good = good_body(route, home)
    for name in route.schema["required"]:
        less = {k: v for k, v in good.items() if k != name}
        changes = route.method == "PATCH" and name == "name"
        if not changes:
            refused_body(route, home, json.dumps(less), 422, "missing_field", name)


@JSON
def test_names_that_are_no_good(route, home):
    good = good_body(route, home)
    for name in {"name", "description"} & set(route.schema["properties"]):
        bad = ["x" * 10000, "x" * 501, "a\nb", "a\x7fb", "a\u2028b", "a\u0085b"]
        bad += ["", " ", "\t \t", "\u00a0\u2003", "x" * 101] if name == "name" else []
        for value in bad:
            refused_body(route, home, json.dumps({**good, name: value}), 422, "bad_field", name)


@over(lambda r: r.form == "FORM")
def test_forms_that_are_no_good(route, home):
    def refused(body, code, field=None):
        refused_body(route, home, body, 422, code, field, kind="application/x-www-form-urlencoded")

    refused("", "missing_field", "token")
    refused("token=a&token=b", "duplicate_field", "token")
    refused("token=a&other=b", "unknown_field", "other")
    refused("token=%00", "bad_field", "token")
    refused("token=%ff", "bad_field", "token")


@over(lambda r: r.method != "GET")
def test_what_is_refused_changes_nothing(route, home, abroad, db):
    """All that was refused above left no trace: a change always leaves one.  What is told later, by the keeper, is only
    that a right text was refused."""
    def count():
        with db.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) AS n FROM audit WHERE org_id IN (%s, %s) AND action NOT LIKE '%%.denied'",
                           (home.id, abroad.id))
            return cursor.fetchone()["n"]

    before = count()
    send(route, home, None)
    send(route, home, home.dead)
    if "org" in route.params:
        send(route, home, abroad.admin.token)
    if route.form == "JSON":
        send(route, home, home.admin.token if route.security else None, body='{"x": 1}')
    if route.security == "session":
        send(route, home, home.tokens["personal"])
    assert count() == before


# --- the order of the questions (API.md section 0) ---

def test_the_order_of_the_questions(home, abroad):
    keys, teams = home.path + "/keys", home.path + "/teams"
    for token, method, path, body, status, code in (
            (None, "POST", keys, "{", 401, "no_credential"),
            (abroad.tokens["personal"], "POST", keys, "{", 404, "not_found"),
            (home.tokens["personal"], "POST", keys, "{", 403, "session_required"),
            (home.tokens["personal"], "GET", keys + "/" + ABSENT["key"], None, 403, "session_required"),
            (home.member.token, "POST", teams, "{", 403, "role"),
            (home.member.token, "PATCH", teams + "/" + ABSENT["team"], "{", 403, "role"),
            (home.member.token, "PATCH", f"{home.path}/resources/{home.provider}", "{", 404, "not_found"),
            (home.member.token, "PATCH", f"{home.path}/resources/{home.source}", "{", 403, "role"),
            (home.admin.token, "POST", teams, "{", 400, "bad_json"),
    ):
        answer = ask(home.api.base_url, method, path, token, body, body and "application/json")
        is_refused(answer, status, code, what=f"{method} {path}")
