"""Appointments, contacts, availability and team: the collections of an organization."""

import json
import threading

import pytest

from api_kit import ABSENT, COLLECTIONS, ask, base_url, is_refused  # noqa: F401
from world import Client


@pytest.fixture
def contacts(org):
    return org.path + "/contacts"


def keys(org):
    return {level: org.add_key("organization", permission=level)["token"] for level in ("read", "write")}


def send(org, token, method, path, body=None, **headers):
    text = None if body is None else json.dumps(body)
    return ask(org.api.base_url, method, path, token, text, body is not None and "application/json" or None,
               {name.replace("_", "-"): value for name, value in headers.items()})


def listed(org, path, token=None):
    """All pages."""
    items, cursor = [], ""
    while cursor is not None:
        joined = path + ("&" if "?" in path else "?") + "limit=3" + (cursor and "&cursor=" + cursor)
        answer = send(org, token or org.admin.token, "GET", joined)
        assert answer.status == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 3
        items, cursor = items + page["items"], page["next"]
    return items


# --- who may ---

@pytest.mark.parametrize("name", COLLECTIONS)
def test_seed_2_4_seed_2_9_seed_2_10_seed_2_29_what_keys_may(org, name):
    token, path = keys(org), f"{org.path}/{name}"
    made = send(org, token["write"], "POST", path, {"title": "Dentist", "minutes": 30})
    assert made.status == 201 and made.json()["title"] == "Dentist", made.text
    one = f"{path}/{made.json()['id']}"
    for level in ("read", "write"):
        assert send(org, token[level], "GET", path).json() == {"items": [made.json()], "next": None}
        assert send(org, token[level], "GET", one).json() == made.json()
        is_refused(send(org, token[level], "DELETE", one), 403, "session_required")
    is_refused(send(org, token["read"], "POST", path, {}), 403, "scope")
    is_refused(send(org, token["read"], "PATCH", one, {"title": "x"}), 403, "scope")
    assert send(org, token["write"], "PATCH", one, {"minutes": 45}).json()["minutes"] == 45
    assert send(org, org.admin.token, "DELETE", one).status == 204
    is_refused(send(org, token["read"], "GET", one), 404, "not_found")


def test_seed_2_30_no_key_reaches_another_organization(org, new_org):
    other = new_org()
    token = keys(other)["write"]
    theirs = send(org, token, "POST", other.path + "/contacts", {"name": "Eve"}).json()
    mine = org.admin.must("POST", org.path + "/contacts", {"name": "Ann"})
    for method, path in (("GET", "/contacts"), ("POST", "/contacts"), ("GET", "/contacts/" + mine["id"]),
                         ("PATCH", "/contacts/" + mine["id"])):
        is_refused(send(org, token, method, org.path + path, {} if method != "GET" else None), 404, "not_found")
    is_refused(send(org, org.admin.token, "GET", f"{org.path}/contacts/{theirs['id']}"), 404, "not_found")
    is_refused(send(org, org.admin.token, "GET", f"{org.path}/team/{mine['id']}"), 404, "not_found")


def test_roles_on_a_collection(org):
    """A machine reaches nothing but what it was granted; members write, and a grant is by name."""
    member, _ = org.add_member()
    assert member.must("POST", org.path + "/contacts", {"name": "Ann"})["name"] == "Ann"
    made = org.add_machine()
    for role, read, write in ((None, 403, 403), ("member", 200, 403), ("editor", 200, 201)):
        if role:
            resource = org.add_resource("collection", "contacts") if role == "member" else resource
            org.grant(resource, made["machine"]["id"], role)
        assert send(org, made["token"], "GET", org.path + "/contacts").status == read, role
        assert send(org, made["token"], "POST", org.path + "/contacts", {}).status == write, role
        is_refused(send(org, made["token"], "GET", org.path + "/team"), 403, "role")


def test_a_write_waits_for_no_other_but_for_the_end_of_its_key(org, db):
    """While somebody changes the organization nobody writes; other writers do not mind each other."""
    token, path = keys(org)["write"], org.path + "/contacts"
    send(org, token, "POST", path, {})
    done = []
    with db.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT id FROM organization WHERE id = %s FOR UPDATE", org.id)
        writer = threading.Thread(target=lambda: done.append(send(org, token, "POST", path, {"n": 1})))
        writer.start()
        writer.join(0.5)
        assert not done
        cursor.execute("ROLLBACK")
        writer.join()
        assert done[0].status == 201
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT id FROM organization WHERE id = %s LOCK IN SHARE MODE", org.id)
        assert send(org, token, "POST", path, {"n": 2}).status == 201
        cursor.execute("ROLLBACK")


# --- lists ---

def test_seed_2_5_an_export_has_everything_once(org, contacts):
    token = keys(org)["write"]
    made = [send(org, token, "POST", contacts, {"n": n}).json() for n in range(8)]
    assert listed(org, contacts) == made
    assert [r["n"] for r in listed(org, contacts + "?updated_since=2020-01-01")] == list(range(8))
    assert listed(org, contacts + "?updated_since=2090-01-01") == []


@pytest.mark.parametrize("query, want", [
    ("name=Ann", [0, 3]), ("name=ann", []), ("name=", []), ("age=42", [0, 1, 2]), ("age=42.0", [0, 2]),
    ("age=4", []), ("live=true", [1]), ("live=false", [2]), ("name=Ann&age=42", [0]), ("name=Ann&age=7", []),
    ("nothing=1", []), ("list=a", []), ("gone=null", []), ("n%C3%A4me=%F0%9F%98%80", [3]),
    ("name=Ann&updated_since=2020-01-01T00:00:00Z", [0, 3])])
def test_filters(org, contacts, query, want):
    records = ({"name": "Ann", "age": 42, "n": 0}, {"name": "Bob", "age": "42", "live": True, "n": 1},
               {"age": 42.0, "live": False, "n": 2, "list": ["a"], "gone": None},
               {"name": "Ann", "n\u00e4me": "\U0001f600", "n": 3})
    for record in records:
        org.admin.must("POST", contacts, record)
    assert [r["n"] for r in listed(org, contacts + "?" + query)] == want


def test_long_values_are_told_apart(org, contacts):
    """Their keys in the index are equal."""
    for end in "ab":
        org.admin.must("POST", contacts, {"text": "x" * 300 + end})
    assert [r["text"][-1] for r in listed(org, contacts + "?text=" + "x" * 300 + "b")] == ["b"]


@pytest.mark.parametrize("query, field", [
    ("id=x", "id"), ("created_at=1", "created_at"), ("updated_since=yesterday", "updated_since"), ("a=1&a=2", "a"),
    ("x" * 65 + "=1", "fields"), ("=1", "fields"), ("limit=0", "limit"), ("limit=201", "limit"),
    ("&".join(f"f{n}=1" for n in range(11)), None), ("a%00b=1", None)])
def test_queries_that_are_no_good(org, contacts, query, field):
    is_refused(send(org, org.admin.token, "GET", contacts + "?" + query), 422, "bad_field", field)


def test_a_cursor_is_of_its_list(org, contacts):
    for n in range(3):
        org.admin.must("POST", contacts, {"n": n, "a": 1})
    cursor = org.admin.must("GET", contacts + "?limit=1")["next"]
    for query in ("a=1", "updated_since=2020-01-01"):
        is_refused(send(org, org.admin.token, "GET", f"{contacts}?cursor={cursor}&{query}"), 400, "bad_cursor")
    is_refused(send(org, org.admin.token, "GET", f"{org.path}/team?cursor={cursor}"), 400, "bad_cursor")


# --- one ---

def test_a_record_is_what_was_sent(org, contacts):
    sent = {"text": "<\"'&\u202e\u200b e\u0301 " + "\U0001f600" * 200, "big": 2 ** 53, "least": -2 ** 63, "half": 0.1,
            "small": 1e-300, "deep": {"a": [1, {"b": [[[None, True]]]}]}, "empty": "", "list": [], "object": {}, "": 0}
    is_refused(send(org, org.admin.token, "POST", contacts, sent), 422, "bad_field", "fields")
    del sent[""]
    made = org.admin.must("POST", contacts, sent)
    assert {k: v for k, v in made.items() if k not in ("id", "created_at", "updated_at")} == sent
    assert org.admin.must("GET", f"{contacts}/{made['id']}") == made
    changed = org.admin.must("PATCH", f"{contacts}/{made['id']}", {"text": None, "half": 2, "more": [1.5]})
    assert {k: v for k, v in changed.items() if k not in ("id", "created_at", "updated_at")} == \
        {**{k: v for k, v in sent.items() if k != "text"}, "half": 2, "more": [1.5]}


@pytest.mark.parametrize("body, status, field", [
    ('{"id": "x"}', 422, "id"), ('{"updated_at": 1}', 422, "updated_at"), ('{"a": "b\\u0000c"}', 422, None),
    ('{"a": %s}' % ("[" * 9 + "]" * 9), 422, None), ('{"a": 1e400}', 400, None), ('{"a": 1e20}', 422, None),
    ('{"a": 1, "a": 2}', 422, "a"), ('{"%s": 1}' % ("n" * 65), 422, "fields"),
    ("{%s}" % ", ".join(f'"f{n}": 1' for n in range(101)), 422, "fields"),
    ('{"a": "%s"}' % ("x" * (33 << 10)), 413, None), ('{"a": %s}' % ("[" * 10000 + "]" * 10000), 400, None),
    ('{"a":' * 10000 + "1" + "}" * 10000, 400, None)],
    ids=lambda value: str(value)[:30])
def test_bodies_that_are_no_good(org, contacts, body, status, field):
    one = f"{contacts}/{org.admin.must('POST', contacts, {})['id']}"
    for method, path in (("POST", contacts), ("PATCH", one)):
        answer = ask(org.api.base_url, method, path, org.admin.token, body, "application/json")
        assert answer.status == status and (field is None or answer.json().get("field") == field), answer.text


def test_a_record_that_grows_too_large_stays_as_it_was(org, contacts):
    one = f"{contacts}/{org.admin.must('POST', contacts, {'a': 'x' * 20000})['id']}"
    is_refused(send(org, org.admin.token, "PATCH", one, {"b": "x" * 20000}), 413, "body_too_large")
    assert "b" not in org.admin.must("GET", one)


def test_versions(org, contacts):
    made = send(org, org.admin.token, "POST", contacts, {"n": 1})
    one, tag = f"{contacts}/{made.json()['id']}", made.headers["ETag"]
    assert send(org, org.admin.token, "GET", one).headers["ETag"] == tag
    unchanged = send(org, org.admin.token, "GET", one, If_None_Match="W/" + tag)
    assert (unchanged.status, unchanged.text, unchanged.headers["ETag"]) == (304, "", tag)
    changed = send(org, org.admin.token, "PATCH", one, {"n": 2}, If_Match=f'"x", {tag}')
    assert changed.status == 200 and changed.headers["ETag"] != tag
    for method, body in (("PATCH", {"n": 3}), ("DELETE", None)):
        for seen in (tag, "W/" + changed.headers["ETag"], '"x"'):
            is_refused(send(org, org.admin.token, method, one, body, If_Match=seen), 412, "precondition_failed")
    assert send(org, org.admin.token, "GET", one, If_None_Match=tag).json()["n"] == 2
    assert send(org, org.admin.token, "PATCH", one, {"n": 4}, If_Match="*").json()["n"] == 4
    absent = f"{contacts}/{ABSENT['contact']}"
    is_refused(send(org, org.admin.token, "PATCH", absent, {}, If_Match="*"), 404, "not_found")


def test_once_with_an_idempotency_key(org, contacts):
    answers = [send(org, org.admin.token, "POST", contacts, {"n": 1}, Idempotency_Key='"one"') for _ in range(2)]
    assert answers[0].text == answers[1].text and len(listed(org, contacts)) == 1


def test_many_at_once(org, contacts):
    """Each has a place of its own in the order."""
    token = keys(org)["write"]
    writers = [threading.Thread(target=lambda k=k: [send(org, token, "POST", contacts, {"k": k}) for _ in range(5)])
               for k in range(4)]
    for t in writers:
        t.start()
    for t in writers:
        t.join()
    assert len({r["id"] for r in listed(org, contacts)}) == 20
