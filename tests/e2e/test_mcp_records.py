"""Records by the tools of the MCP door: tables with a space token, collections with an organization's
key, and who may only look."""

import pytest

from mcp_kit import Mcp

LOOKING = ["list_appointments", "list_contacts", "list_availability", "list_team"]
WRITING = [verb + "_" + one for one in ("appointment", "contact", "slot", "person") for verb in ("create", "update")]


@pytest.fixture
def place(stack, org):
    """A table with a record or two, and space tokens of three scopes."""
    space = org.add_resource("space")
    base = org.add_resource("base", parent=space)
    table = org.add_resource("table", parent=base)
    for name, kind in (("Task", "singleLineText"), ("Hours", "number")):
        org.admin.must("POST", f"/api/table/{table}/field", {"name": name, "type": kind})
    made = {"table": table, "base": base, "space": space}
    for scope in ("read", "write", "full"):
        key = org.add_key("space", scopes=[scope], restrictions=[{"space": space}], expires_at="2099-12-31")
        made[scope] = Mcp(stack.web.base_url, key["token"])
    return made


def test_tables(place, org):
    full = place["full"]
    assert full.tools() == ["whoami", "list_tables", "list_records", "create_record", "update_record"]
    tables = full.call("list_tables")["tables"]
    assert [t["id"] for t in tables] == [place["table"]]
    assert {f["name"] for f in tables[0]["fields"]} >= {"Task", "Hours"}
    made = full.call("create_record", table=place["table"], fields={"Task": "Paint", "Hours": 2.5})["record"]
    assert made["fields"] == {"Task": "Paint", "Hours": 2.5}
    full.call("create_record", table=place["table"], fields={"Task": "Clean"})
    changed = full.call("update_record", table=place["table"], record=made["id"], fields={"Hours": 3})["record"]
    assert changed["fields"] == {"Task": "Paint", "Hours": 3} and changed["id"] == made["id"]
    listed = full.call("list_records", table=place["table"], limit=1)
    assert [r["id"] for r in listed["records"]] == [made["id"]] and listed["next_skip"] == 1
    only = {"conjunction": "and", "filterSet": [{"fieldId": "Task", "operator": "is", "value": "Clean"}]}
    assert [r["fields"]["Task"] for r in full.call("list_records", table=place["table"], filter=only)["records"]] == [
        "Clean"]
    assert full.fails("list_records", table=place["table"], filter={"nonsense": 1})[0] == "bad_field"
    unknown = {"conjunction": "or", "filterSet": [{"fieldId": "Nobody", "operator": "is", "value": 1}]}
    code, message = full.fails("list_records", table=place["table"], filter=unknown)
    assert code == "bad_field" and "'Nobody'" in message
    assert full.fails("create_record", table=place["table"], fields={"Nobody": 1}) == (
        "bad_field", "A member of the request is not right: Nobody: is no field of this table")
    assert full.fails("create_record", table=place["table"], fields={"Hours": "many"})[0] == "bad_field"
    assert full.fails("update_record", table=place["table"], record="rec0", fields={})[0] == "not_found"


def test_scopes_are_what_they_are(place, org):
    reader, writer = place["read"], place["write"]
    assert reader.tools() == ["whoami", "list_tables", "list_records"]
    assert writer.tools() == ["whoami", "create_record", "update_record"]
    refused = reader.request("tools/call", {"name": "create_record", "arguments": {
        "table": place["table"], "fields": {"Task": "No"}}})
    assert reader.answer.status == 403 and refused["error"]["data"]["code"] == "scope"
    assert 'scope="write"' in reader.answer.headers["WWW-Authenticate"]
    other = org.add_resource("table", parent=org.add_resource("base", parent=org.add_resource("space")))
    assert writer.fails("create_record", table=other, fields={})[0] in ("not_found", "resource")
    assert reader.fails("list_records", table=place["base"])[0] == "not_found"


def test_collections(stack, org, world):
    url = stack.web.base_url
    writer = Mcp(url, org.add_key("organization", permission="write")["token"])
    reader = Mcp(url, org.add_key("organization", permission="read")["token"])
    assert set(LOOKING + WRITING) <= set(writer.tools())
    assert set(LOOKING) <= set(reader.tools()) and not set(WRITING) & set(reader.tools())
    for listing, one in zip(LOOKING, ("appointment", "contact", "slot", "person")):
        made = writer.call("create_" + one, fields={"name": "Ada", "tags": ["a", {"deep": [1.5]}]})["item"]
        assert made["name"] == "Ada" and made["tags"] == ["a", {"deep": [1.5]}]
        changed = writer.call("update_" + one, id=made["id"], fields={"name": "Ben", "tags": None})["item"]
        assert changed["name"] == "Ben" and "tags" not in changed
        assert [i["id"] for i in reader.call(listing)["items"]] == [made["id"]]
        assert Mcp(url, world.OTHER_TOKEN).fails("update_" + one, id=made["id"], fields={})[0] == "not_found"
        reader.request("tools/call", {"name": "create_" + one, "arguments": {"fields": {}}})
        assert reader.answer.status == 403


def test_pages_of_a_collection(stack, org):
    mcp = Mcp(stack.web.base_url, org.add_key("organization", permission="write")["token"])
    ids = [mcp.call("create_contact", fields={"n": n})["item"]["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        page = mcp.call("list_contacts", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [i["id"] for i in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids
    assert len(mcp.call("list_contacts", updated_since="2000-01-01T00:00:00Z")["items"]) == 5
    # A date is where its day begins, and a number without a fraction a whole one, as the tool's own schema has it.
    day = mcp.call("list_contacts")["items"][0]["created_at"][:10]
    assert len(mcp.call("list_contacts", updated_since=day)["items"]) == 5
    assert len(mcp.call("list_contacts", limit=2.0)["items"]) == 2
    assert mcp.fails("list_contacts", limit=2.5)[0] == "bad_field"
    assert mcp.fails("list_contacts", updated_since="yesterday")[0] == "bad_field"
    first = mcp.call("list_contacts", limit=2)["next"]
    assert mcp.fails("list_contacts", cursor=first, updated_since="2000-01-01T00:00:00Z")[0] == "bad_cursor"


def test_what_is_too_large(stack, org):
    mcp = Mcp(stack.web.base_url, org.add_key("organization", permission="write")["token"])
    assert mcp.fails("create_contact", fields={"text": "x" * 33 * 1024})[0] in ("body_too_large", "bad_field")
    assert mcp.call("list_contacts")["items"] == []
