"""The door for tables: spaces, bases, tables, fields, views and records, as its clients know them."""

import json
import re

import pytest

from api_kit import KINDS, SOURCES, abroad, ask, base_url, home  # noqa: F401
from tables_kit import Table, refused


@pytest.fixture
def table(org):
    return Table(org)


def addresses():
    """The rows of addresses.def: method, path, how it authenticates, its permit."""
    text = (SOURCES / "include/tables/addresses.def").read_text()
    return [(method, "/api/" + path, auth, permit) for method, path, auth, permit in
            re.findall(r'^ADDRESS\((\w+), "([^"]*)", (\w+), (\w+),', text, re.M)]


# --- the addresses ---

def test_the_manual_has_every_address():
    manual = (SOURCES / "src/tables/claviger-tables.7").read_text()
    entries = re.findall(r"^\.It Cm ([A-Z]+(?: , [A-Z]+)*) Pa (\S+)", manual, re.M)
    told = sorted((method, path) for methods, path in entries for method in methods.split(" , "))
    assert told == sorted((method, path) for method, path, _, _ in addresses())
    assert len(told) > 40


@pytest.mark.parametrize("method, path, auth, permit", addresses())
def test_who_may_not(home, abroad, method, path, auth, permit):
    """Nobody, a dead key, a key where it takes a session, and strangers with what is not theirs."""
    def asked(token, ids, **more):
        return ask(home.api.base_url, method, re.sub(r"{(\w+)}", lambda m: ids[m.group(1)], path), token,
                   "{" if method in ("POST", "PUT", "PATCH") else None, "application/json", **more)

    absent = {"space": "spc0000000000000000", "base": "bse0000000000000000", "table": "tbl0000000000000000",
              "field": "fld0000000000000000", "view": "viw0000000000000000", "record": "rec0000000000000000",
              "token": "key_00000000000000000000"}
    ids = {**absent, "space": home.space, "base": home.base, "table": home.table, "token": home.keys["space"]}
    assert refused(asked(None, ids), 401, "unauthorized") == "Unauthorized"
    assert refused(asked(home.dead, ids), 401, "unauthorized") == "Unauthorized"
    if auth == "SESSION":
        for kind in KINDS:
            refused(asked(home.tokens[kind], ids), 403, "restricted_resource", "Forbidden resource")
    things = re.findall(r"{(space|base|table)}", path)
    for token in (abroad.admin.token, *abroad.tokens.values()) if things else ():
        hidden, none = asked(token, ids), asked(token, absent)
        refused(hidden, 404, "not_found")
        assert hidden.text == none.text
    for thing in things:
        # A thing of another type is none.
        for other in (home.provider, home.source, home.id, "x", home.table if thing != "table" else home.base):
            refused(asked(home.admin.token, {**ids, thing: other}), 404, "not_found")
    if "workspace" not in path and permit != "SELF":
        headers = {"x-workspace-id": abroad.id}
        for token in (home.admin.token,) + (() if auth == "SESSION" else (home.tokens["space"],)):
            refused(asked(token, ids, headers=headers), 404, "not_found")


def test_the_workspace(org, new_org, table):
    """Of a session: the one that is named, that of the thing, or the first."""
    other = new_org()
    space = table.must("POST", "/api/space", {"name": "Other"}, status=201, workspace=other.id)["id"]
    assert table.must("GET", "/api/space/" + space)["name"] == "Other"
    refused(table.ask("GET", "/api/space/" + space, workspace=org.id), 404, "not_found")
    assert [s["id"] for s in table.must("GET", "/api/space", workspace=other.id)] == [space]
    assert table.must("GET", "/api/space") == table.must("GET", "/api/space", workspace=first_of(table))
    key = other.add_key("space", scopes=["read"], expires_at="2099-12-31")["token"]
    assert [s["id"] for s in table.must("GET", "/api/space", token=key)] == [space]
    refused(table.ask("GET", "/api/space", token=key, workspace=org.id), 404, "not_found")


def first_of(table):
    return table.must("GET", "/v1/self")["organizations"][0]["id"]


# --- scopes ---

SCOPES = [  # what each scope may do, one row an action: read, write, admin, full
    ("GET", "record", None, "rf"), ("GET", "field", None, "rf"), ("GET", "view", None, "rf"),
    ("POST", "record", {"records": [{"fields": {"Name": "x"}}]}, "wf"),
    ("PATCH", "record/{record}", {"record": {"fields": {"Name": "y"}}}, "wf"),
    ("DELETE", "record/{record}", None, "wf"),
    ("POST", "field", {"name": "F", "type": "number"}, "af"),
    ("POST", "view", {"name": "V"}, "af"),
    ("POST", "/api/base/{base}/table", {"name": "T"}, "af"),
    ("POST", "/api/space", {"name": "S"}, "af"),
    ("PATCH", "/api/space/{space}", {"name": "S"}, "af"),
    ("GET", "/api/base/{base}", None, "rf"), ("GET", "/api/space/{space}", None, "rf"),
]


def test_seed_4_9_seed_4_10_seed_4_11_seed_4_12_seed_4_13_seed_4_21_what_each_scope_may(table):
    for scope in ("read", "write", "admin", "full"):
        token = table.token_of([scope])["token"]
        for method, path, body, who in SCOPES:
            ids = {"record": table.add({"Name": "x"})[0], "base": table.base, "space": table.space}
            if body and "name" in body:
                body = {**body, "name": body["name"] + scope}
            answer = table.ask(method, path.format(**ids), body, token=token)
            if scope[0] in who:
                assert answer.status in (200, 201), f"{scope}: {method} {path}: {answer.text}"
            elif path == "/api/space":
                refused(answer, 403, "restricted_resource", "not allowed to operate space|create")
            else:
                message = refused(answer, 403, "restricted_resource")
                assert re.fullmatch(r"not allowed to operate \w+\|\w+ on \w+", message), message
            if method != "GET":
                table.ask("DELETE", f"record/{ids['record']}")
    message = refused(table.ask("GET", "record", token=table.token_of(["write"])["token"]), 403, "restricted_resource")
    assert message == f"not allowed to operate record|read on {table.id}"


def test_seed_4_2_a_token_may_what_its_owner_may(org, table):
    member, user = org.add_member()
    key = org.add_key("space", by=member, scopes=["full"], expires_at="2099-12-31")["token"]
    refused(table.ask("GET", "record", token=key), 404, "not_found")
    for role, read, write, rule in (("member", 200, 403, 403), ("editor", 200, 201, 403), ("admin", 200, 201, 201)):
        org.grant(table.base, user, role)
        assert table.ask("GET", "record", token=key).status == read
        assert table.ask("POST", "record", {"records": [{"fields": {}}]}, token=key).status == write
        assert table.ask("POST", "field", {"name": role, "type": "text"}, token=key).status == rule


def test_seed_4_6_a_token_for_some_spaces_and_bases(org, table):
    other = Table(org)
    for wish, reached in (({"spaceIds": [table.space]}, (200, 404)), ({"baseIds": [other.base]}, (404, 200)),
                          ({"spaceIds": [table.space], "baseIds": [other.base]}, (200, 200))):
        token = table.token_of(["read"], **wish)["token"]
        assert (table.ask("GET", "record", token=token).status, other.ask("GET", "record", token=token).status) == reached


# --- the structure ---

def test_spaces_bases_and_tables(org, table):
    assert table.made["name"] == "Tasks" and table.made["role"] == "owner"
    assert [(f["name"], f["type"]) for f in table.made["fields"]] == [(f["name"], f["type"]) for f in Table.FIELDS]
    assert re.fullmatch(r"spc\w{16} bse\w{16} tbl\w{16} fld\w{16} viw\w{16}", " ".join(
        (table.space, table.base, table.id, table.fields["Name"], table.made["defaultViewId"])))
    space = {"id": table.space, "name": "Plans", "role": "owner"}
    base = {"id": table.base, "name": "Projects", "spaceId": table.space, "role": "owner"}
    thing = {"id": table.id, "name": "Tasks", "role": "owner"}
    assert table.must("GET", "/api/space", workspace=org.id) == [space]
    assert table.must("GET", f"/api/space/{table.space}") == space
    assert table.must("GET", f"/api/space/{table.space}/base") == [base]
    assert table.must("GET", "/api/base/access/all", workspace=org.id) == [base]
    assert table.must("GET", f"/api/base/{table.base}") == base
    assert table.must("GET", f"/api/base/{table.base}/table") == [thing]
    assert table.must("GET", f"/api/base/{table.base}/table/{table.id}") == thing
    second = table.must("POST", "/api/base", {"spaceId": table.space, "name": "Second"}, status=201, workspace=org.id)
    refused(table.ask("GET", f"/api/base/{second['id']}/table/{table.id}"), 404, "not_found")
    refused(table.ask("DELETE", f"/api/base/{second['id']}/table/{table.id}"), 404, "not_found")
    assert table.must("PATCH", f"/api/space/{table.space}", {"name": "A"})["name"] == "A"
    assert table.must("PATCH", f"/api/base/{table.base}", {"name": "B"})["name"] == "B"
    assert table.must("PUT", f"/api/base/{table.base}/table/{table.id}/name", {"name": "C"})["name"] == "C"
    table.must("DELETE", f"/api/base/{table.base}/table/{table.id}")
    refused(table.ask("GET", "record"), 404, "not_found")
    table.must("DELETE", f"/api/base/{table.base}")
    table.must("DELETE", f"/api/space/{table.space}")
    assert table.must("GET", "/api/space", workspace=org.id) == []


def test_fields(table):
    made = table.must("POST", "field", {"name": "Place", "type": "text"}, status=201)
    assert made == {"id": made["id"], "name": "Place", "type": "text"}
    assert table.must("GET", "field")[-1] == made
    state = table.must("GET", "field")[4]
    assert state["options"] == {"choices": [{"name": n} for n in ("todo", "doing", "done")]}
    record = table.add({"Place": "here", "Name": "x"})[0]
    assert table.must("PATCH", f"field/{made['id']}", {"name": "Where"})["name"] == "Where"
    assert table.must("GET", f"record/{record}")["fields"] == {"Name": "x", "Where": "here"}
    table.must("DELETE", f"field/{made['id']}")
    assert table.must("GET", f"record/{record}")["fields"] == {"Name": "x"}
    refused(table.ask("DELETE", f"field/{made['id']}"), 404, "not_found")
    refused(table.ask("PATCH", "field/fld0000000000000000", {"name": "x"}), 404, "not_found")
    again = table.must("POST", "field", {"name": "Where", "type": "number"}, status=201)
    table.must("PATCH", f"record/{record}", {"record": {"fields": {"Where": 7}}})
    assert table.must("GET", f"record/{record}")["fields"] == {"Name": "x", "Where": 7}
    assert again["id"] != made["id"]


@pytest.mark.parametrize("wish, status, code, message", [
    ({"name": "name", "type": "text"}, 409, "conflict", "name"), ({"type": "text"}, 400, "validation_error", "name"),
    ({"name": "x"}, 400, "validation_error", "type"),
    ({"name": "x", "type": "formula"}, 400, "validation_error", "type: must be one of singleLineText, longText, text, number,"),
    ({"name": "x", "type": "text", "more": 1}, 400, "validation_error", "more"),
    ({"name": "x", "type": "text", "options": {"choices": []}}, 400, "validation_error", "options"),
    ({"name": "x", "type": "select", "options": {"choices": [{}]}}, 400, "validation_error", "options"),
    ({"name": "x", "type": "select", "options": {"choices": [{"name": "a"}, {"name": "a"}]}}, 400, "validation_error", "options"),
    ({"name": "x", "type": "select", "options": [1]}, 400, "validation_error", "options")])
def test_fields_that_are_no_good(table, wish, status, code, message):
    refused(table.ask("POST", "field", wish), status, code, message)
    assert len(table.must("GET", "field")) == len(Table.FIELDS)


def test_what_is_done_to_the_structure_is_told(org, table):
    field = table.must("POST", "field", {"name": "Place", "type": "text"}, status=201)["id"]
    table.must("PATCH", "field/" + field, {"name": "Where"})
    table.must("DELETE", "field/" + field)
    told = [(e["action"], e["target"]) for e in org.admin.must("GET", org.path + "/audit?limit=3")["items"]]
    assert told == [("field.delete", field), ("field.change", field), ("field.create", field)]


# --- records ---

def test_a_record(table):
    fields = {"Name": "Ann <\"'&\u202e \U0001f600", "Count": 1.5, "Done": True, "Due": "2026-11-22", "State": "todo",
              "More": {"a": [1, None, {"b": 0.1}]}}
    made = table.must("POST", "record", {"records": [{"fields": fields}]}, status=201)["records"][0]
    assert made["fields"] == {**fields, "Due": "2026-11-22T00:00:00.000Z"}
    assert set(made) == {"id", "fields", "autoNumber", "createdTime", "lastModifiedTime", "createdBy", "lastModifiedBy"}
    path = f"record/{made['id']}"
    assert table.must("GET", path) == made and table.list() == [made]
    by_id = table.must("GET", path, fieldKeyType="id")["fields"]
    assert by_id == {table.fields[name]: value for name, value in made["fields"].items()}
    assert table.must("GET", path, cellFormat="text")["fields"] == {
        **made["fields"], "Count": "1.5", "Done": "true", "More": '{"a":[1,null,{"b":0.1}]}'}
    assert table.must("GET", path, projection=["Name", "Done"])["fields"].keys() == {"Name", "Done"}
    changed = table.must("PATCH", path, {"record": {"fields": {"Name": None, "Done": False, "Count": 2}}})
    assert changed["fields"] == {k: v for k, v in made["fields"].items() if k not in ("Name", "Done")} | {"Count": 2}
    changed = table.must("PATCH", path, {"fieldKeyType": "id", "record": {"fields": {table.fields["Name"]: "Bob"}}})
    assert changed["fields"][table.fields["Name"]] == "Bob"
    assert table.must("DELETE", path)["id"] == made["id"]
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"record": {"fields": {}}})):
        refused(table.ask(method, path, body), 404, "not_found")


def test_many_records(table):
    ids = table.add(*({"Name": n} for n in "abcde"))
    changed = table.must("PATCH", "record", {"records": [{"id": i, "fields": {"Count": n}} for n, i in enumerate(ids)]})
    assert [r["fields"] for r in changed] == [{"Name": n, "Count": k} for k, n in enumerate("abcde")]
    both = {"records": [{"id": ids[0], "fields": {"Count": 9}}, {"id": "rec0000000000000000", "fields": {}}]}
    refused(table.ask("PATCH", "record", both), 404, "not_found")
    assert table.must("GET", f"record/{ids[0]}")["fields"]["Count"] == 0
    named = [ids[3], ids[1], ids[2], "\u00e9"]
    assert table.names(selectedRecordIds=named) == "dbc" and table.names(selectedRecordIds=named, skip=1, take=1) == "b"
    order = {"orderBy": [{"fieldId": "Count", "order": "asc"}]}
    assert table.names(selectedRecordIds=named, **order) == "bcd" and table.names(selectedRecordIds=["x"]) == ""
    assert table.names(selectedRecordIds=named, take=2, skip=1, **order) == "cd"
    some = {"filter": {"conjunction": "and", "filterSet": [{"fieldId": "Count", "operator": "isGreater", "value": 1}]}}
    assert table.names(selectedRecordIds=named, **some) == "dc" and table.names(selectedRecordIds=named, take=1, **some) == "d"
    gone = table.must("DELETE", "record", recordIds=[ids[0], ids[4]])["records"]
    assert [r["id"] for r in gone] == [ids[0], ids[4]] and table.names() == "bcd"
    refused(table.ask("DELETE", "record", recordIds=[ids[1], ids[0]]), 404, "not_found")
    refused(table.ask("DELETE", "record"), 400, "validation_error", "recordIds")
    assert table.names() == "bcd"
    numbers = [r["autoNumber"] for r in table.list()]
    assert numbers == [2, 3, 4]


@pytest.mark.parametrize("fields, message", [
    ({"Name": 7}, "Name"), ({"Count": "7"}, "Count"), ({"Done": "yes"}, "Done"), ({"Done": 1}, "Done"),
    ({"Due": "soon"}, "Due"), ({"Due": 1}, "Due"), ({"State": "gone"}, "State"), ({"State": ["todo"]}, "State"),
    ({"Nothing": 1}, "Nothing"), ({"fld0000000000000000": 1}, "fld0000000000000000"), ([], "fields"), ("x", "fields"),
    (None, "fields"), ({"Name": "a\0b"}, "fields"), ({"More": [[[[[[[[[1]]]]]]]]]}, "fields")])
def test_values_that_are_no_good(table, fields, message):
    for method, path, body in (("POST", "record", {"records": [{"fields": {"Name": "x"}}, {"fields": fields}]}),
                               ("PATCH", f"record/{table.add({})[0]}", {"record": {"fields": fields}})):
        refused(table.ask(method, path, body), 400, "validation_error", message)
    assert len(table.list()) == 1


@pytest.mark.parametrize("deep", ["[" * 10000 + "]" * 10000, '{"a":' * 10000 + "1" + "}" * 10000],
                         ids=["lists", "objects"])
def test_what_is_nested_deep(rows, deep):
    for method, path, body in (("POST", "record", '{"records":[{"fields":{"More":%s}}]}'), ("POST", "field", "%s"),
                               ("PATCH", "record", '{"records":%s}'), ("POST", "view", '{"name":"x","filter":%s}'),
                               ("POST", "/api/base", '{"name":%s,"spaceId":"x"}')):
        path = path if path.startswith("/") else f"{rows.path}/{path}"
        answer = ask(rows.org.api.base_url, method, path, rows.token, body % deep, "application/json")
        refused(answer, 400, "validation_error")
    for name in ("filter", "orderBy"):
        refused(rows.ask("GET", "record", **{name: deep[:400]}), 400, "validation_error", name)


def test_both_names_of_a_field(table):
    both = {"Name": "a", table.fields["Name"]: "b"}
    refused(table.ask("POST", "record", {"records": [{"fields": both}]}), 400, "validation_error", "twice")


def test_typecast(table):
    wish = {"typecast": True, "records": [{"fields": {"Name": 7, "Count": "7.5", "Done": "true", "Due": "2026-01-31"}}]}
    made = table.must("POST", "record", wish, status=201)["records"][0]["fields"]
    assert made == {"Name": "7", "Count": 7.5, "Done": True, "Due": "2026-01-31T00:00:00.000Z"}
    for fields in ({"Count": "seven"}, {"Done": "yes"}, {"State": "new"}, {"Due": "soon"}):
        refused(table.ask("POST", "record", {"typecast": True, "records": [{"fields": fields}]}), 400, "validation_error")


def test_large_records(table):
    refused(table.ask("POST", "record", {"records": [{"fields": {"Name": "x" * (33 << 10)}}]}), 413, "payload_too_large")
    table.add(*({"Name": str(n)} for n in range(200)))
    refused(table.ask("POST", "record", {"records": [{"fields": {}}] * 201}), 400, "validation_error", "records")
    for _ in range(70):
        table.add({"Name": "x" * (31 << 10)})
    refused(table.ask("GET", "record", take=1000), 400, "validation_error", "take")
    ids = [r["id"] for r in table.list(skip=200, take=40)]
    assert len(table.list(selectedRecordIds=ids)) == 40
    refused(table.ask("DELETE", "record", recordIds=ids), 413, "payload_too_large")
    changes = [{"id": i, "fields": {"Count": 1}} for i in ids]
    refused(table.ask("PATCH", "record", {"records": changes}), 413, "payload_too_large")
    assert len(table.list(skip=200, take=50)) == 50 and table.list(take=1)[0]["fields"] == {"Name": "0"}


# --- queries ---

ROWS = ({"Name": "a", "Count": 1, "Due": "2026-01-01", "State": "todo", "Done": True},
        {"Name": "B", "Count": -2.5, "Due": "2026-01-02T12:00:00Z", "State": "done"},
        {"Name": "c", "Count": 10, "State": "todo", "More": {"x": "Needle"}},
        {"Name": "\u00c4b", "Due": "2025-12-31T23:59:59Z", "Done": True},
        {"Count": 1, "State": "doing"})


@pytest.fixture(scope="module")
def rows(stack):
    """Made once: nobody changes it."""
    from conftest import Api, Org
    import world as worlds
    from api_kit import SEEN_SECRETS
    password = worlds.new_password()
    email = "tables@test.example"
    stack.service.must("user", "add", "--name", "T", "--password-stdin", email, stdin=password + "\n")
    SEEN_SECRETS.add(password)
    api = Api(stack.web.base_url)
    made = Table(Org(api, api.log_in(email, password), "Tables"))
    made.add(*ROWS)
    return made


def leaf(field, operator, *value):
    return {"fieldId": field, "operator": operator, **({"value": value[0]} if value else {})}


def exact(date, mode="exactDate"):
    return {"mode": mode, "exactDate": date, "timeZone": "utc"}


@pytest.mark.parametrize("want, condition", [
    ("a", leaf("Name", "is", "a")), ("", leaf("Name", "is", "A")), ("Bc\u00c4b-", leaf("Name", "isNot", "a")),
    ("B\u00c4b", leaf("Name", "contains", "b")), ("\u00c4b", leaf("Name", "contains", "\u00e4")),
    ("ac-", leaf("Name", "doesNotContain", "b")), ("-", leaf("Name", "isEmpty")), ("aBc\u00c4b", leaf("Name", "isNotEmpty")),
    ("a-", leaf("Count", "is", 1)), ("a-", leaf("Count", "is", 1.0)), ("Bc\u00c4b", leaf("Count", "isNot", 1)),
    ("c", leaf("Count", "isGreater", 1)), ("ac-", leaf("Count", "isGreaterEqual", 1)), ("B", leaf("Count", "isLess", 1)),
    ("aB-", leaf("Count", "isLessEqual", 1)), ("\u00c4b", leaf("Count", "isEmpty")),
    ("a\u00c4b", leaf("Done", "is", True)), ("Bc-", leaf("Done", "is", False)), ("Bc-", leaf("Done", "is", None)),
    ("a", leaf("Due", "is", exact("2026-01-01"))), ("B", leaf("Due", "is", exact("2026-01-02T00:00:00.000Z"))),
    ("B", leaf("Due", "isAfter", exact("2026-01-01"))), ("aB", leaf("Due", "isOnOrAfter", "2026-01-01")),
    ("\u00c4b", leaf("Due", "isBefore", exact("2026-01-01"))), ("a\u00c4b", leaf("Due", "isOnOrBefore", "2026-01-01")),
    ("", leaf("Due", "is", {"mode": "today", "timeZone": "UTC"})),
    ("aB\u00c4b", leaf("Due", "isBefore", {"mode": "daysFromNow", "numberOfDays": 3, "timeZone": "utc"})),
    ("aB\u00c4b", leaf("Due", "isBefore", {"mode": "daysFromNow", "numberOfDays": 3.0, "timeZone": "utc"})),
    ("", leaf("Due", "isWithIn", {"mode": "nextMonth", "timeZone": "UTC"})),
    ("aB\u00c4b", leaf("Due", "isWithIn", {"mode": "pastNumberOfDays", "numberOfDays": 36500, "timeZone": "utc"})),
    ("aB\u00c4b", leaf("Due", "isBefore", {"mode": "nextYearPeriod"})), ("a", leaf("Due", "is", exact("2026-01-01", "exactFormatDate"))),
    ("c-", leaf("Due", "isEmpty")), ("ac", leaf("State", "is", "todo")), ("ac-", leaf("State", "isAnyOf", ["todo", "doing"])),
    ("B\u00c4b", leaf("State", "isNoneOf", ["todo", "doing"])), ("c", leaf("More", "isNotEmpty")),
    ("a", [leaf("State", "is", "todo"), leaf("Done", "is", True)]),
    ("c", [leaf("State", "is", "todo"), {"conjunction": "or", "filterSet": [leaf("Count", "is", 10), leaf("Name", "is", "B")]}]),
    ("aBc\u00c4b-", []),
])
def test_filters(rows, want, condition):
    conditions = condition if isinstance(condition, list) else [condition]
    assert rows.names(filter={"conjunction": "and", "filterSet": conditions}) == want
    if len(conditions) == 1:
        assert rows.names(filter={"conjunction": "or", "filterSet": conditions + conditions}) == want
        by_id = [{**c, "fieldId": rows.fields[c["fieldId"]]} for c in conditions]
        assert rows.names(filter={"conjunction": "or", "filterSet": by_id}) == want
        assert sorted(rows.names(filter={"conjunction": "and", "filterSet": conditions},
                                 orderBy=[{"fieldId": "Name", "order": "desc"}])) == sorted(want)


def test_a_day_before_1970_is_that_day(table):
    """Also where it is named by an instant within it, as clients elsewhere name theirs."""
    table.add({"Name": "a", "Due": "1969-12-30"}, {"Name": "b", "Due": "1969-12-31T23:59:59Z"}, {"Name": "c", "Due": "1970-01-01"})
    for date, want in (("1969-12-31T12:00:00.000Z", "b"), ("1969-12-30T00:00:01.000Z", "a"), ("1970-01-01T23:00:00.000Z", "c")):
        for condition in (leaf("Due", "is", exact(date)), leaf("Due", "is", exact(date[:10])), leaf("Due", "is", date[:10])):
            assert table.names(filter={"conjunction": "and", "filterSet": [condition]}) == want, condition


@pytest.mark.parametrize("condition", [
    leaf("Nothing", "is", 1), leaf("Name", "isLike", "a"), leaf("Name", "isGreater", "a"), leaf("Count", "contains", "1"),
    leaf("Name", "is"), leaf("Name", "is", 1), leaf("Count", "is", "1"), leaf("Name", "isEmpty", "x"), leaf("Due", "is", "soon"),
    leaf("Due", "is", {"mode": "whenever"}), leaf("Due", "is", {"mode": "today", "timeZone": "Europe/Berlin"}),
    leaf("State", "isAnyOf", "todo"), leaf("State", "isAnyOf", [1]), leaf("More", "is", {}), {**leaf("Name", "is", "a"), "x": 1},
    {"conjunction": "and"}, {"conjunction": "xor", "filterSet": []}, {"conjunction": "and", "filterSet": [], "more": 1}, 7, ["x"], [{}],
    leaf("Due", "is", {"mode": "daysAgo", "numberOfDays": -2147483648}),
    leaf("Due", "is", {"mode": "daysAgo", "numberOfDays": 4294967296}), leaf("Due", "is", {"mode": "daysAgo"}),
    leaf("Due", "isWithIn", {"mode": "today"}), leaf("Due", "is", {"mode": "pastWeek"}), leaf("Due", "isWithIn", "2026-01-01"),
    leaf("Due", "isWithIn", exact("2026-01-01"))])
def test_filters_that_are_no_good(rows, condition):
    whole = {"conjunction": "and", "filterSet": [condition]}
    refused(rows.ask("GET", "record", filter=whole), 400, "validation_error", "filter")


ORDERED = {"isGreater", "isGreaterEqual", "isLess", "isLessEqual"}
DATED = {"isBefore", "isAfter", "isOnOrBefore", "isOnOrAfter", "isWithIn"}
OPERATORS = {"Name": {"is", "isNot", "contains", "doesNotContain", "isEmpty", "isNotEmpty"},
             "Count": {"is", "isNot", "isEmpty", "isNotEmpty", *ORDERED}, "Done": {"is"},
             "Due": {"is", "isNot", "isEmpty", "isNotEmpty", *DATED}, "More": {"isEmpty", "isNotEmpty"},
             "State": {"is", "isNot", "contains", "doesNotContain", "isEmpty", "isNotEmpty", "isAnyOf", "isNoneOf"}}
OF_LISTS = {"hasAnyOf", "hasAllOf", "hasNoneOf", "isExactly", "isNotExactly"}  # of types of fields there are not


@pytest.mark.parametrize("field", OPERATORS)
def test_each_type_has_its_operators_and_no_others(rows, field):
    """All that clients know: it counts, or is refused with the name of the field, and is never passed over."""
    values = {"Name": "x", "Count": 4, "Done": True, "Due": "2026-01-01", "State": "todo", "More": {}}
    for operator in {*set().union(*OPERATORS.values()), *OF_LISTS, "$eq", ""}:
        value = {"isEmpty": None, "isNotEmpty": None, "isAnyOf": ["todo"], "isNoneOf": ["todo"],
                 "isWithIn": {"mode": "pastYear"}}.get(operator, values[field])
        answer = rows.ask("GET", "record", filter={"conjunction": "and", "filterSet": [leaf(field, operator, value)]})
        if operator in OPERATORS[field]:
            assert answer.status == 200, (operator, answer.text)
        else:
            refused(answer, 400, "validation_error", f"'{field}'")


def test_a_field_that_is_not_there_is_named(rows):
    for name, told in (("Nothing", "'Nothing'"), ("n" * 61, "no such field"), ("a\u202e\n\"<b>", "'a\u202e\n\"<b>'")):
        condition = {"conjunction": "and", "filterSet": [leaf(name, "is", 1)]}
        refused(rows.ask("GET", "record", filter=condition), 400, "validation_error", told)


@pytest.mark.parametrize("query", [
    {"filter": "{"}, {"filter": '"x"'}, {"filter": '{"conjunction":"and","filterSet":' + "[" * 1000 + "]" * 1000 + "}"},
    {"filter": {"conjunction": "and", "filterSet": [leaf("Name", "is", "a")] * 51}},
    {"take": "0"}, {"take": "2001"}, {"take": "x"}, {"skip": "-1"}, {"fieldKeyType": "dbFieldName"}, {"cellFormat": "xml"},
    {"projection": ["Nothing"]}, {"orderBy": "x"}, {"orderBy": [{"fieldId": "Nothing", "order": "asc"}]},
    {"orderBy": [{"fieldId": "Name", "order": "up"}]}, {"orderBy": [{"fieldId": "More", "order": "asc"}]},
    {"orderBy": [{"fieldId": "Name", "order": "asc"}] * 4}, {"viewId": "viw0000000000000000"}, {"ignoreViewQuery": "maybe"},
    {"search": ["a", "Nothing", "true"]}, {"search": ["a", "Name", "true", "more"]}, {"groupBy": "[]"}, {"queryId": "x"},
    {"filterByTql": "x"}, {"nothing": "1"}])
def test_queries_that_are_no_good(rows, query):
    refused(rows.ask("GET", "record", **query), 400, "validation_error")


@pytest.mark.parametrize("order, want", [
    ([("Name", "asc")], "-aBc\u00c4b"), ([("Name", "desc")], "\u00c4bcBa-"), ([("Count", "asc")], "\u00c4bBa-c"),
    ([("Count", "desc"), ("Name", "asc")], "c-aB\u00c4b"), ([("Count", "desc"), ("Name", "desc")], "ca-B\u00c4b"),
    ([("Due", "asc")], "c-\u00c4baB"), ([("Done", "desc"), ("Count", "asc")], "\u00c4baB-c"),
    ([("State", "asc"), ("Count", "desc"), ("Name", "asc")], "\u00c4b-Bca")])
def test_orders(rows, order, want):
    order = [{"fieldId": f, "order": o} for f, o in order]
    assert rows.names(orderBy=order) == want
    # Each page of it, and the same by a filter that an index answers.
    assert "".join(rows.names(orderBy=order, skip=n, take=2) for n in (0, 2, 4)) == want
    kept = [r["fields"] for r in rows.list(orderBy=order) if "Count" in r["fields"]]
    by_index = {"conjunction": "and", "filterSet": [leaf("Count", "isGreaterEqual", -100)]}
    assert [r["fields"] for r in rows.list(orderBy=order, filter=by_index)] == kept


def test_pages(rows):
    assert [rows.names(skip=n, take=2) for n in (0, 2, 4, 6)] == ["aB", "c\u00c4b", "-", ""]
    todo = {"conjunction": "and", "filterSet": [leaf("State", "is", "todo")]}
    assert [rows.names(skip=n, take=1, filter=todo) for n in (0, 1, 2)] == ["a", "c", ""]


def test_searches(rows):
    assert rows.names(search=["b", "Name", "true"]) == "B\u00c4b"
    assert rows.names(search=["needle", "", "true"]) == "c"
    assert rows.names(search=["b", "Name"]) == "aBc\u00c4b-"


def test_views(table):
    table.add(*ROWS)
    grid = table.must("GET", "view")
    assert grid == [{"id": table.made["defaultViewId"], "name": "Grid view", "type": "grid"}]
    wish = {"name": "Todo", "type": "grid", "filter": {"conjunction": "and", "filterSet": [leaf("State", "is", "todo")]},
            "sort": {"sortObjs": [{"fieldId": "Count", "order": "desc"}]}}
    view = table.must("POST", "view", wish, status=201)
    assert {k: v for k, v in view.items() if k != "id"} == wish
    assert table.must("GET", f"view/{view['id']}") == view and table.must("GET", "view") == grid + [view]
    assert table.names(viewId=view["id"]) == "ca"
    assert table.names(viewId=view["id"], ignoreViewQuery="true") == "aBc\u00c4b-"
    done = {"conjunction": "and", "filterSet": [leaf("Done", "is", True)]}
    assert table.names(viewId=view["id"], filter=done) == "a"
    assert table.names(viewId=view["id"], orderBy=[{"fieldId": "Name", "order": "asc"}]) == "ac"
    table.must("PUT", f"view/{view['id']}/filter", {"filter": None})
    table.must("PUT", f"view/{view['id']}/sort", {"sort": {"sortObjs": [{"fieldId": "Name", "order": "desc"}]}})
    assert table.must("PUT", f"view/{view['id']}/name", {"name": "All"})["name"] == "All"
    assert table.names(viewId=view["id"]) == "\u00c4bcBa-"
    no_field = {"sortObjs": [{"fieldId": "Nowhere", "order": "asc"}]}
    for field, bad in (("type", {"type": "kanban"}), ("filter", {"filter": {}}), ("sort", {"sort": []}),
                       ("sort", {"sort": no_field})):
        refused(table.ask("POST", "view", {"name": "x", **bad}), 400, "validation_error", field + ": ")
    refused(table.ask("POST", "view", {"filter": None}), 400, "validation_error", "name: ")
    table.must("DELETE", f"view/{view['id']}")
    refused(table.ask("GET", f"view/{view['id']}"), 404, "not_found")


def test_a_table_takes_only_so_many_choices_and_views(table):
    choices = [{"name": f"{n:03}" + "x" * 150} for n in range(195)]  # 30 KiB
    wish = {"type": "singleSelect", "options": {"choices": choices}}
    made = [table.ask("POST", "field", {"name": f"f{n}", **wish}) for n in range(10)]
    assert [a.status for a in made] == [201] * 8 + [400, 400]
    refused(made[-1], 400, "validation_error", "together")
    last, small = made[7].json()["id"], {"name": "one"}
    table.must("PATCH", f"field/{last}", {"options": {"choices": [small]}})
    table.must("POST", "field", {"name": "fits", "type": "singleSelect", "options": {"choices": [small]}}, status=201)
    table.must("PATCH", f"field/{last}", {"options": {"choices": choices}})
    long = {"conjunction": "and", "filterSet": [leaf("Name", "contains", "x" * 16000)]}
    views = [table.ask("POST", "view", {"name": f"v{n}", "filter": long}) for n in range(17)]
    assert [a.status for a in views] == [201] * 16 + [400]
    refused(views[-1], 400, "validation_error", "together")
    # One that is too long by itself is not forgotten, which would show all there is.
    long["filterSet"][0]["value"] *= 2
    refused(table.ask("PUT", f"view/{views[0].json()['id']}/filter", {"filter": long}), 400, "validation_error", "filter")
    assert len(table.must("GET", "view")) == 17


def test_records_of_a_table_that_is_gone_are_taken_away(org, table, db):
    """By the keeper, some time later; see the unit tests.  At once nobody finds them."""
    record = table.add({"Name": "x"})[0]
    org.admin.must("DELETE", f"{org.path}/resources/{table.base}")
    refused(table.ask("GET", f"record/{record}"), 404, "not_found")
