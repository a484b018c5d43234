"""tour_guides.py: the parts of the tour that follow the guides of Driver, Driive, Drivebase and
Donotname, each by the addresses that the guide's own clients know."""

import os
import time
from datetime import datetime, timedelta, timezone

from world import add_machine

HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "tour", "version": "1"}}


def names(things):
    return {thing["name"] for thing in things}


def changed(token):
    return token[:-1] + ("a" if token[-1] != "a" else "b")


# --- Driver: personal access tokens ---

def personal(t):
    w = t.world
    t.headline("Personal access tokens, as in Driver: a person's own, with all that the person may, and always an end")
    t.mcp("the guide's MCP client with the member's token, saying hello", w.PERSONAL_TOKEN, "initialize", HELLO,
          "2025-11-25", holds=lambda r: r["protocolVersion"] == "2025-11-25")
    t.mcp("and one of today", w.PERSONAL_TOKEN, "server/discover",
          holds=lambda r: r["supportedVersions"] == ["2026-07-28"])
    t.mcp("the tools it has a use for", w.PERSONAL_TOKEN, "tools/list",
          holds=lambda r: {"read_document", "write_file", "create_record"} <= names(r["tools"]))
    t.tool("the token says whose it is", w.PERSONAL_TOKEN, "whoami", {}, holds=lambda r: r["id"] == w.MEMBER)
    t.tool("sources the member may read", w.PERSONAL_TOKEN, "list_sources", {},
           holds=lambda r: names(r["sources"]) == {"Handbook"})
    t.tool("what is in one of them", w.PERSONAL_TOKEN, "list_documents", {"source": w.SOURCE},
           holds=lambda r: names(r["entries"]) == {"README.md", "holidays.md"})
    t.tool("where August is written about", w.PERSONAL_TOKEN, "search_source", {"source": w.SOURCE, "text": "August"},
           holds=lambda r: [m["path"] for m in r["matches"]] == ["/holidays.md"])
    t.tool("the document", w.PERSONAL_TOKEN, "read_document", {"source": w.SOURCE, "path": "/holidays.md"},
           holds=lambda r: "Thirty days" in r["text"])
    t.tool("a source that was not granted to the member is as good as none", w.PERSONAL_TOKEN, "read_document",
           {"source": w.SECRET_SOURCE, "path": "/README.md"}, code="not_found")
    t.tool("so is one of another organization", w.PERSONAL_TOKEN, "read_document",
           {"source": w.OTHER_SOURCE, "path": "/README.md"}, code="not_found")
    t.tool("there is no way out of a source", w.PERSONAL_TOKEN, "read_document",
           {"source": w.SOURCE, "path": "../ledger/README.md"}, code="not_found")
    personal_refused(t)
    personal_ended(t)


def personal_refused(t):
    w = t.world
    t.mcp("no credential at all", None, "tools/list", status=401, code="no_credential")
    t.mcp("a text with its last character changed", changed(w.PERSONAL_TOKEN), "tools/list", status=401,
          code="invalid_token")
    t.mcp("a text that was never a key", "drvp_your_token_here", "tools/list", status=401, code="invalid_token")
    t.ask("the key in the address instead of the header", "GET", f"/v1/self?access_token={w.PERSONAL_TOKEN}", None,
          400, "credential_in_url")
    t.ask("a key cannot make keys", "POST", t.org_path("/keys"), w.PERSONAL_TOKEN, 403, "session_required",
          body={"kind": "personal", "name": "more", "expires_in_days": 30})


def personal_ended(t):
    key, token = t.own_key(t.member, "personal", expires_in_days=30)
    t.tool("a second token, at once", token, "list_sources", {})
    t.admin.must("PATCH", t.org_path("/policy"), {"personal_tokens_enabled": False})
    try:
        t.tool("the administrator disables personal tokens", token, "list_sources", {}, status=401,
               code="kind_disabled")
    finally:
        t.admin.must("PATCH", t.org_path("/policy"), {"personal_tokens_enabled": True})
    t.tool("and enables them again", token, "list_sources", {})
    t.end_key(t.member, key)
    t.tool("the member deletes it", token, "list_sources", {}, status=401, code="revoked")


# --- Driver: machine identities ---

def machine(t):
    w = t.world
    readme = {"source": w.SOURCE, "path": "/README.md"}
    t.headline("Machine identities, as in Driver: only what is assigned to them")
    t.mcp("the guide's MCP client with the machine's key", w.MACHINE_TOKEN, "initialize", HELLO, "2025-11-25",
          holds=lambda r: r["serverInfo"]["name"] == "claviger")
    t.tool("whose it is", w.MACHINE_TOKEN, "whoami", {},
           holds=lambda r: (r["type"], r["id"]) == ("machine", w.MACHINE))
    t.tool("the source it is assigned to, and no other", w.MACHINE_TOKEN, "list_sources", {},
           holds=lambda r: names(r["sources"]) == {"Handbook"})
    t.tool("a document of it", w.MACHINE_TOKEN, "read_document", readme, holds=lambda r: "How we work" in r["text"])
    t.tool("a source it is not assigned to", w.MACHINE_TOKEN, "read_document",
           {"source": w.SECRET_SOURCE, "path": "/README.md"}, code="not_found")
    t.tool("a source of another organization", w.MACHINE_TOKEN, "read_document",
           {"source": w.OTHER_SOURCE, "path": "/README.md"}, code="not_found")

    made, _, old = add_machine(t.admin, w.ORG, t.stamp, "30d")
    path = t.org_path(f"/machines/{made}")
    t.tool("a new machine: what everyone may read is not for machines", old, "read_document", readme,
           status=403, code="role")
    t.admin.must("PUT", f"{path}/sources/{w.SOURCE}", {"role": "member"})
    t.tool("it is assigned to the source", old, "read_document", readme)
    t.admin.ask("DELETE", f"{path}/sources/{w.SOURCE}")
    t.tool("and taken away from it", old, "read_document", readme, status=403, code="role")
    new = t.admin.must("POST", path + "/key", {"expires_in": "1y"})["token"]
    t.tool("its key is regenerated: the old text", old, "whoami", {}, status=401, code="invalid_token")
    t.tool("and the new text", new, "whoami", {})
    t.admin.ask("DELETE", path)
    t.tool("the machine is deleted", new, "whoami", {}, status=401, code="revoked")


# --- Driive: keys of an organization ---

def organization(t):
    w = t.world
    appointments = f"/v1/organizations/{w.ORG}/appointments"
    t.headline("Organization keys, as in Driive: read or write, one organization")
    t.ask("the guide's request, with the organization's read key", "GET", appointments, w.ORG_TOKEN,
          holds=lambda found: {"Survey", "Repair"} <= {a["title"] for a in found["items"]})
    t.ask("some of them", "GET", appointments + "?title=Repair", w.ORG_TOKEN,
          holds=lambda found: [a["minutes"] for a in found["items"]] == [90])
    for collection in ("contacts", "availability", "team"):
        t.ask(f"and the organization's {collection}", "GET", f"/v1/organizations/{w.ORG}/{collection}", w.ORG_TOKEN,
              holds=lambda found: len(found["items"]) > 0)
    t.tool("the same over MCP", w.ORG_TOKEN, "list_appointments", {}, holds=lambda r: len(r["items"]) >= 2)
    t.ask("a read key does not write", "POST", appointments, w.ORG_TOKEN, 403, "scope", body={"title": t.stamp})
    key, token = t.own_key(t.admin, "organization", permission="write")
    made = t.ask("a write key does", "POST", appointments, token, 201, body={"title": t.stamp, "minutes": 30})
    one = f"{appointments}/{made['id']}"
    t.ask("and changes what is there", "PATCH", one, token, body={"minutes": 45}, holds=lambda a: a["minutes"] == 45)
    t.ask("but it deletes nothing", "DELETE", one, token, 403, "session_required")
    t.ask("another organization is as good as none", "GET", f"/v1/organizations/{w.OTHER_ORG}/appointments", token,
          404, "not_found")
    t.ask("and the other organization's own key there", "GET", f"/v1/organizations/{w.OTHER_ORG}/appointments",
          w.OTHER_TOKEN)
    t.end_key(t.admin, key)
    t.ask("it is revoked", "GET", appointments, token, 401, "revoked")
    t.admin.ask("DELETE", one)
    organization_expired(t, appointments)


def organization_expired(t, appointments):
    soon = datetime.now(timezone.utc) + timedelta(seconds=3)
    key, token = t.own_key(t.admin, "organization", name="short", permission="read",
                           expires_at=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    t.ask("a key with two seconds to live", "GET", appointments, token)
    time.sleep(max(0, (soon - datetime.now(timezone.utc)).total_seconds()) + 0.1)
    t.ask("two seconds later", "GET", appointments, token, 401, "expired")
    t.end_key(t.admin, key)


# --- Drivebase: keys for providers ---

TOP = "{ contents { folders { id name files { id name } } } }"
INSIDE = "query Inside($id: ID!) { contents(folderId: $id) { files { name size } folders { name } } }"
UPLOAD = "mutation Upload($input: RequestUploadInput!) { requestUpload(input: $input) { fileId uploadUrl } }"
DOWNLOAD = "mutation Download($id: ID!) { requestDownload(id: $id) { downloadUrl } }"
FILE = "query File($id: ID!) { file(id: $id) { name } }"
DELETE = "mutation Delete($id: ID!) { deleteFile(id: $id) }"
CONNECT = "mutation Connect($input: ConnectStorageInput!) { connectStorage(input: $input) { id name } }"
DISCONNECT = "mutation Disconnect($id: ID!) { disconnectProvider(id: $id) }"
TEXT = b"a backup of the tour\n"


def wish(t, provider, folder=None):
    asked = {"name": f"{t.stamp}.txt", "mimeType": "text/plain", "size": len(TEXT), "providerId": provider}
    return {"input": {**asked, **({"folderId": folder} if folder else {})}}


def path_of(t, address):
    return address[len(t.world.BASE_URL):]


def provider(t):
    w = t.world
    t.headline("Provider keys, as in Drivebase: chosen providers, each below a base path")
    t.graphql("the guide's request, with a key that may write below /backups of one provider", w.PROVIDER_TOKEN,
              "{ me { id email } }", holds=lambda d: d["me"] == {"id": w.MEMBER, "email": w.MEMBER_EMAIL})
    t.graphql("its provider, and not the other one of its owner", w.PROVIDER_TOKEN, "{ storageProviders { id name } }",
              holds=lambda d: d["storageProviders"] == [{"id": w.PROVIDER, "name": "Archive"}])
    seen = t.graphql("at the top it sees the way to /backups", w.PROVIDER_TOKEN, TOP,
                     holds=lambda d: names(d["contents"]["folders"]) == {"backups"})
    backups = seen["contents"]["folders"][0]["id"]
    t.graphql("and what is there", w.PROVIDER_TOKEN, INSIDE, {"id": backups},
              holds=lambda d: "latest.txt" in names(d["contents"]["files"]))
    provider_content(t, backups)
    provider_outside(t)
    provider_scopes(t, backups)
    t.graphql("without a key one may ask what the schema is like", None, "{ __typename }",
              holds=lambda d: d == {"__typename": "Query"})
    t.graphql("and nothing else", None, "{ me { id email } }", code="AUTHENTICATION_ERROR")


def provider_content(t, backups):
    """Up, down and away."""
    w, key = t.world, t.world.PROVIDER_TOKEN
    way = t.graphql("an upload to /backups is asked for", key, UPLOAD, wish(t, w.PROVIDER, backups))["requestUpload"]
    t.ask("and the content is sent", "POST", path_of(t, way["uploadUrl"]), key, body=TEXT,
          headers={"Content-Type": "text/plain"}, holds=lambda said: said["success"])
    down = t.graphql("where to get it", key, DOWNLOAD, {"id": way["fileId"]})["requestDownload"]["downloadUrl"]
    t.ask("and here it is", "GET", path_of(t, down), key, text=TEXT.decode())
    t.graphql("away with it", key, DELETE, {"id": way["fileId"]}, holds=lambda d: d["deleteFile"])
    t.ask("it is gone", "GET", path_of(t, down), key, 404, "not_found")


def provider_outside(t):
    """What the member sees, and the key does not."""
    w, key = t.world, t.world.PROVIDER_TOKEN
    folders = {f["name"]: f for f in t.member.must("POST", "/graphql", {"query": TOP})["data"]["contents"]["folders"]}
    contract = folders["documents"]["files"][0]["id"]
    t.graphql("a file in /documents is as good as none", key, FILE, {"id": contract}, code="NOT_FOUND")
    t.ask("so is its content", "GET", f"/api/download/proxy?fileId={contract}", key, 404, "not_found")
    t.graphql("and it cannot be deleted", key, DELETE, {"id": contract}, code="NOT_FOUND")
    t.graphql("a neighbour whose name starts alike, /backups2", key, FILE,
              {"id": folders["backups2"]["files"][0]["id"]}, code="NOT_FOUND")
    t.graphql("an upload to the top of the provider", key, UPLOAD, wish(t, w.PROVIDER), code="AUTHORIZATION_ERROR")
    t.graphql("an upload to /documents", key, UPLOAD, wish(t, w.PROVIDER, folders["documents"]["id"]), code="NOT_FOUND")
    t.graphql("an upload to a provider that is not among its own", key, UPLOAD, wish(t, w.SECRET_PROVIDER),
              code="NOT_FOUND")
    t.graphql("a key sees no keys", key, "{ apiKeys { id } }", code="AUTHORIZATION_ERROR")


def provider_scopes(t, backups):
    """Keys without restriction: read does not write, write does not rule, admin does; and their end."""
    w = t.world
    reader, token = t.own_key(t.member, "provider", scopes=["read"])
    top = t.graphql("a read key without restriction sees the whole of its owner's providers", token, TOP,
                    holds=lambda d: {"backups", "backups2", "documents"} <= names(d["contents"]["folders"]))
    contract = next(f for f in top["contents"]["folders"] if f["name"] == "documents")["files"][0]["id"]
    content = f"/api/download/proxy?fileId={contract}"
    t.ask("and reads a file in /documents", "GET", content, token, text="signed\n")
    t.graphql("it does not write", token, UPLOAD, wish(t, w.PROVIDER, backups), code="AUTHORIZATION_ERROR")
    t.ask("in no way", "POST", f"/api/upload/proxy?fileId={contract}", token, 403, "scope", body=b"x",
          headers={"Content-Type": "text/plain"})
    t.end_key(t.member, reader)
    t.graphql("it is revoked: GraphQL", token, "{ me { id email } }", status=401, code="AUTHENTICATION_ERROR")
    t.ask("downloads", "GET", content, token, 401, "revoked")
    t.ask("and uploads", "POST", f"/api/upload/proxy?fileId={contract}", token, 401, "revoked", body=b"x",
          headers={"Content-Type": "text/plain"})

    ruler, token = t.own_key(t.admin, "provider", scopes=["admin"])
    os.makedirs(os.path.join(w.FILES_DIR, "tour"), exist_ok=True)
    storage = {"input": {"name": t.stamp, "type": "LOCAL", "config": {"root": os.path.join(w.FILES_DIR, "tour")}}}
    t.graphql("a write key connects no storage", w.PROVIDER_TOKEN, CONNECT, storage, code="AUTHORIZATION_ERROR")
    made = t.graphql("an administrator's admin key does", token, CONNECT, storage)["connectStorage"]
    t.graphql("and disconnects it", token, DISCONNECT, {"id": made["id"]}, holds=lambda d: d["disconnectProvider"])
    t.end_key(t.admin, ruler)


# --- Donotname: personal access tokens for spaces ---

def space(t):
    w = t.world
    records = f"/api/table/{w.TABLE}/record"
    visit = {"records": [{"fields": {"Task": t.stamp}}]}
    t.headline("Space tokens, as in Donotname: chosen scopes, spaces and bases")
    t.ask("the guide's request, with a read token for one space", "GET", records, w.SPACE_TOKEN,
          holds=lambda found: {"Write the plan", "Decide"} <= {r["fields"].get("Task") for r in found["records"]})
    t.ask("what the table is like", "GET", f"/api/table/{w.TABLE}/field", w.SPACE_TOKEN,
          holds=lambda fields: names(fields) == {"Task", "Hours", "Due", "Done"})
    t.ask("a read token does not write", "POST", records, w.SPACE_TOKEN, 403, "restricted_resource", body=visit)
    t.ask("a table in another space is as good as none", "GET", f"/api/table/{w.TABLE2}/record", w.SPACE_TOKEN, 404,
          "not_found")
    t.ask("a token makes no tokens", "GET", "/api/access-token", w.SPACE_TOKEN, 403, "restricted_resource")
    space_base(t, visit)

    key, old = t.own_key(t.member, "space", scopes=["full"], expires_at="2099-12-31")
    made = t.ask("a token with full access, not restricted, makes a record", "POST", f"/api/table/{w.TABLE2}/record",
                 old, 201, body=visit)
    one = f"/api/table/{w.TABLE2}/record/{made['records'][0]['id']}"
    t.ask("changes it", "PATCH", one, old, body={"record": {"fields": {"Hours": 2}}},
          holds=lambda record: record["fields"]["Hours"] == 2)
    t.ask("and deletes it", "DELETE", one, old)
    new = t.member.must("POST", t.org_path(f"/keys/{key}/refresh"), {})["token"]
    t.ask("it is refreshed: the old text", "GET", records, old, 401, "unauthorized")
    t.ask("and the new text", "GET", records, new)
    t.end_key(t.member, key)
    t.ask("it is deleted", "GET", records, new, 401, "unauthorized")


def space_base(t, visit):
    """A token for one base of a space."""
    w = t.world
    records = f"/api/table/{w.TABLE}/record"
    key, token = t.own_key(t.member, "space", scopes=["read", "write"], restrictions=[{"base": w.BASE}],
                           expires_at="2099-12-31")
    made = t.ask("a token to read and write one base", "POST", records, token, 201, body=visit)
    t.tool("the same over MCP", token, "list_tables", {}, holds=lambda r: [i["id"] for i in r["tables"]] == [w.TABLE])
    t.ask("another base of the same space is as good as none", "GET", f"/api/table/{w.TABLE3}/record", token, 404,
          "not_found")
    t.ask("and tables are not its to make", "POST", f"/api/base/{w.BASE}/table", token, 403, "restricted_resource",
          body={"name": "More"})
    t.ask("its record goes again", "DELETE", f"{records}/{made['records'][0]['id']}", token)
    t.end_key(t.member, key)
    t.tool("it is deleted: over MCP", token, "list_tables", {}, status=401, code="revoked")


PARTS = (personal, machine, organization, provider, space)
