"""What is another organization's, tried at the doors for tables and for MCP: in every place of every address,
header, query and body where an id stands, and in every argument of every tool.

Taken from the tables of addresses, parameters and bodies in the source, and from the tools' own schemas: what
is new is tried by being there, or fails here until this file knows what stands in it.
"""

import json
import re
import urllib.parse

import pytest

from api_kit import ABSENT, SOURCES, abroad, ask, home  # noqa: F401
from mcp_kit import Mcp
from tables_kit import Table, pairs
from test_probes import Line, credentials, line, snapshot, unchanged  # noqa: F401

NOWHERE = {"space": "spc0000000000000000000000", "base": "bse0000000000000000000000",
           "table": "tbl0000000000000000000000", "field": "fld0000000000000000000000",
           "view": "viw0000000000000000000000", "record": "rec0000000000000000000000",
           "token": "key_00000000000000000000"}


class Address:
    def __init__(self, method, path, auth, shape):
        self.method, self.path, self.session, self.shape = method, "/api/" + path, auth == "SESSION", shape
        self.params = re.findall(r"{(\w+)}", path)

    def __repr__(self):
        return f"{self.method} {self.path}"

    def fill(self, ids):
        return re.sub(r"{(\w+)}", lambda m: ids[m.group(1)], self.path)


def addresses():
    text = re.sub(r"\s+", " ", (SOURCES / "include/tables/addresses.def").read_text())
    rows = re.findall(r'ADDRESS\((\w+), "([^"]*)", (\w+), \w+, \w+, (?:PLAIN|JSON\((\w+)\)),', text)
    assert len(rows) == text.count("ADDRESS(") - 1, "some rows are not understood"
    return [Address(*row) for row in rows]


def parameters():
    """The names of the parameters of a list of records."""
    text = (SOURCES / "src/tables/query.c").read_text()
    return re.findall(r'{ "(\w+)", read_\w+ }', text)


class Things:
    """A table with one thing of each sort, of an organization."""

    def __init__(self, org):
        self.table = Table(org)
        self.record = self.table.add({"Name": "one"})[0]
        self.ids = {"space": self.table.space, "base": self.table.base, "table": self.table.id,
                    "field": self.table.fields["Name"], "view": self.table.made["defaultViewId"],
                    "record": self.record, "token": self.table.token_of(["read"])["id"]}


made = {}


@pytest.fixture
def ours(home):
    if "ours" not in made:
        made["ours"] = Things(home)
    return made["ours"]


@pytest.fixture
def theirs(abroad):
    if "theirs" not in made:
        made["theirs"] = Things(abroad)
    return made["theirs"]


def bodies(i):
    """A body of each shape that names all it can name."""
    condition = {"fieldId": i["field"], "operator": "is", "value": "x"}
    record = {"fieldKeyType": "id", "order": {"viewId": i["view"], "anchorId": i["record"], "position": "before"}}
    fields = {i["field"]: "x"}
    token = {"name": "t", "scopes": ["read"], "spaceIds": [i["space"]], "baseIds": [i["base"]]}
    filtered = {"conjunction": "and", "filterSet": [condition]}
    sorted_ = {"sortObjs": [{"fieldId": i["field"], "order": "asc"}]}
    return {
        "tables_token": {**token, "expiredTime": "2099-12-31"}, "tables_token_change": token, "tables_refresh": {},
        "tables_name": {"name": "other"}, "tables_base": {"name": "other", "spaceId": i["space"]},
        "tables_table": {"name": "other", "fields": [{"name": "a", "type": "text"}]},
        "tables_field": {"name": "other", "type": "text"}, "tables_field_change": {"name": "other"},
        "tables_view": {"name": "other", "filter": filtered, "sort": sorted_}, "tables_view_name": {"name": "other"},
        "tables_view_filter": {"filter": filtered}, "tables_view_sort": {"sort": sorted_},
        "tables_records": {**record, "records": [{"fields": fields}]},
        "tables_record": {**record, "record": {"fields": fields}},
        "tables_changes": {**record, "records": [{"id": i["record"], "fields": fields}]},
    }


def queries(i):
    return {"take": "1", "skip": "0", "fieldKeyType": "id", "cellFormat": "json", "ignoreViewQuery": "false",
            "filter": {"conjunction": "and", "filterSet": [{"fieldId": i["field"], "operator": "isEmpty"}]},
            "orderBy": [{"fieldId": i["field"], "order": "asc"}], "viewId": i["view"], "projection": [i["field"]],
            "search": ["x", i["field"], "true"], "selectedRecordIds": [i["record"]], "recordIds": [i["record"]]}


class Tries:
    """The same request with an id of theirs and with one that is nowhere: refused, and told the same."""

    def __init__(self, line, theirs):
        self.line, self.theirs, self.n = line, theirs, 0

    def plain(self, seen, name):
        """Without the ids, which a refusal may repeat."""
        return seen[0], seen[1].replace(self.theirs.ids[name], "-").replace(NOWHERE[name], "-")

    def ask(self, method, path, token, body):
        text = None if body is None else json.dumps(body)
        return self.line.ask(method, path, token, text, body is not None and "application/json" or None)

    def same(self, what, name, ask):
        seen, nowhere = (self.plain(ask({name: ids[name]}), name) for ids in (self.theirs.ids, NOWHERE))
        assert 400 <= seen[0] < 500 or seen == (200, '{"records":[]}'), (what, seen)
        assert seen == nowhere, what
        self.n += 2


@pytest.fixture
def tries(line, theirs):
    return Tries(line, theirs)


def test_in_every_address(tries, home, ours, unchanged):
    for a in (a for a in addresses() if a.params):
        body = bodies(ours.ids)[a.shape] if a.shape else None
        for who, token in credentials(home).items():
            for name in a.params:
                tries.same(f"{a} as {who}, {name}", name, lambda ids: tries.ask(
                    a.method, a.fill({**ours.ids, **ids}), token, body))
    assert tries.n > 500


def test_in_every_body(tries, home, ours, unchanged):
    """In each place alone: the rest is one's own, and would do."""
    for a in (a for a in addresses() if a.shape):
        good, path = json.dumps(bodies(ours.ids)[a.shape]), a.fill(ours.ids)
        token = home.admin.token if a.session else home.tokens["space"]
        for name, own in ours.ids.items():
            parts = good.split(own)
            for at in range(1, len(parts)):
                def send(ids):
                    text = own.join(parts[:at]) + ids[name] + own.join(parts[at:])
                    return tries.ask(a.method, path, token, json.loads(text))
                tries.same(f"{a} {name} {at}", name, send)
    assert tries.n >= 36


def test_in_every_query(tries, home, ours, unchanged):
    known = queries(ours.ids)
    assert set(parameters()) == set(known)
    for parameter in known:
        for name, own in ours.ids.items():
            if own not in json.dumps(known[parameter]):
                continue

            def send(ids):
                query = urllib.parse.urlencode(pairs(parameter, queries({**ours.ids, **ids})[parameter]))
                method = "DELETE" if parameter == "recordIds" else "GET"
                return tries.ask(method, f"/api/table/{ours.ids['table']}/record?{query}", home.tokens["space"], None)
            tries.same(parameter, name, send)
    assert tries.n >= 14


def test_in_the_header_that_names_the_organization(stack, home, abroad, ours, theirs):
    """No organization but one's own is looked into, by a session and by a key."""
    for a in (a for a in addresses() if a.method == "GET"):
        for who, token in credentials(home).items():
            seen = []
            for org in (abroad.id, ABSENT["org"]):
                answer = ask(stack.web.base_url, "GET", a.fill(ours.ids), token, headers={"X-Workspace-Id": org})
                seen.append((answer.status, answer.text.replace(org, "-")))
                assert not any(i in answer.text for i in (abroad.id, *theirs.ids.values())), (a, who)
            assert seen[0] == seen[1], (a, who)
            named = {"X-Workspace-Id": abroad.id}
            foreign = ask(stack.web.base_url, "GET", a.fill(theirs.ids), token, headers=named)
            assert not any(i in foreign.text for i in (*theirs.ids.values(), theirs.table.made["name"])), (a, who)
            assert foreign.status >= 400 or not a.params, (a, who)


# --- tools ---

# What stands in an argument that is no id: whatever it says, it is no name of a thing.
WORDS = {"text": "one", "path": "/README.md", "content": "x", "cursor": None, "updated_since": None}


def arguments(home, ours):
    return {"source": home.source, "provider": home.provider, "base": ours.ids["base"], "table": ours.ids["table"],
            "record": ours.ids["record"], "fields": {ours.ids["field"]: "x"},
            "filter": {"conjunction": "and", "filterSet": [{"fieldId": ours.ids["field"], "operator": "isEmpty"}]}}


def foreign_of(tool, name, abroad, theirs):
    """Theirs, and one that is nowhere."""
    if name == "id":
        collection = tool.split("_", 1)[1]
        return abroad.ids[collection], ABSENT[collection]
    if name in ("source", "provider"):
        return getattr(abroad, name), ABSENT["resource"]
    if name in ("fields", "filter"):
        both = theirs.ids["field"], NOWHERE["field"]
        if name == "fields":
            return tuple({i: "x"} for i in both)
        return tuple({"conjunction": "and", "filterSet": [{"fieldId": i, "operator": "isEmpty"}]} for i in both)
    return theirs.ids[name], NOWHERE[name]


def test_in_every_argument_of_every_tool(stack, home, abroad, ours, theirs, unchanged):
    tried = 0
    for who, token in credentials(home).items():
        mcp = Mcp(stack.web.base_url, token, headers={"X-Workspace-Id": home.id})
        for tool in mcp.result("tools/list")["tools"]:
            properties = tool["inputSchema"]["properties"]
            own = arguments(home, ours)
            own["id"] = home.ids.get(tool["name"].partition("_")[2])
            named = [n for n, p in properties.items() if p["type"] in ("string", "object", ["string", "null"])
                     and n not in WORDS]
            for name in named:
                if name == "fields" and "table" not in properties:
                    continue  # of a collection: any names
                good = {n: own.get(n, WORDS.get(n)) for n in tool["inputSchema"]["required"]}
                seen = []
                for value in foreign_of(tool["name"], name, abroad, theirs):
                    answer = mcp.request("tools/call", {"name": tool["name"], "arguments": {**good, name: value}})
                    result = answer.get("result", answer)
                    assert "error" in answer or result["isError"] or not any(result["structuredContent"].values()), (
                        who, tool["name"], name, answer)
                    inner = value if isinstance(value, str) else re.search(r"fld\w+", json.dumps(value)).group()
                    result.get("data", result.get("error", {}).get("data", {})).pop("request_id", None)
                    seen.append((mcp.answer.status, json.dumps(result).replace(inner, "-")))
                    tried += 1
                strip = [re.sub(r'"id": \d+', "", text) for _, text in seen]
                assert strip[0] == strip[1] and seen[0][0] == seen[1][0], (who, tool["name"], name, seen)
    assert tried > 100
