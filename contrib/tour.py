"""tour.py: what the keys of the demo open, and what they do not.

For each of the five guides that claviger's kinds of keys come from: the request that the guide
shows, with a real key, and what must be denied.  Every request is a real one, through the web
server: to the application behind the authorizer, or to claviger itself.
"""

import re
import time
from datetime import datetime, timedelta, timezone

from world import Client, Refused, add_key, add_machine


class Tour:
    """Asks, compares and counts."""

    def __init__(self, world):
        self.world = world
        self.service = Client(world.BASE_URL)
        self.application = Client(world.PROTECTED_URL)
        self.admin = self.service.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
        self.member = self.service.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
        self.right = self.wrong = 0
        # Names of what the tour makes for itself: it may run again in the same world.
        self.stamp = f"tour {datetime.now():%Y-%m-%d %H:%M:%S.%f}"

    # --- asking ---

    def headline(self, text):
        print(f"\n{text}", flush=True)

    def ask(self, what, method, path, token, status, code=None, to=None, body=None, data=None, **identity):
        """One request and its verdict.  identity is what the application must have been told; data is
        what GraphQL must answer."""
        client = to or self.application
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = client.ask(method, path, body, headers)
        wrong = self.compare(answer, token, status, code, identity)
        if data is not None and answer.json() != {"data": data}:
            wrong.append(f"{data} was expected, and the answer is {answer.json()}")
        self.report(what, method, path, answer, wrong)
        return answer

    def compare(self, answer, token, status, code, identity):
        """What is not as it should be, in words; nothing if all is well."""
        wrong = []
        if answer.status != status:
            wrong.append(f"status {status} was expected")
        if code and answer.code != code:
            wrong.append(f"code {code} was expected")
        if status in (401, 403):
            wrong += self.compare_challenge(answer, token, status)
        told = (answer.json() or {}).get("identity") or {} if identity else {}
        for name, value in identity.items():
            if told.get(name) != value:
                wrong.append(f"{name} {value} was expected, the application was told {told.get(name)}")
        return wrong

    @staticmethod
    def compare_challenge(answer, token, status):
        challenge = answer.headers.get("WWW-Authenticate") or ""
        error = {401: 'error="invalid_token"', 403: 'error="insufficient_scope"'}[status]
        if not challenge.startswith('Bearer realm="claviger"'):
            return ['WWW-Authenticate: Bearer realm="claviger" was expected']
        if token and error not in challenge:
            return [f"{error} was expected in WWW-Authenticate"]
        if not token and "error=" in challenge:
            return ["no error was expected in WWW-Authenticate, as there was no credential"]
        return []

    def report(self, what, method, path, answer, wrong):
        self.right += not wrong
        self.wrong += bool(wrong)
        said = f"{answer.status} {answer.code or ''}".strip()
        challenge = answer.headers.get("WWW-Authenticate")
        print(f"  {'as expected ' if not wrong else 'NOT EXPECTED'}  {what}")
        print(f"                {method} {masked(path)} -> {said}")
        if challenge:
            print(f"                WWW-Authenticate: {challenge}")
        for line in wrong:
            print(f"                !! {line}")

    def note(self, what, holds):
        """Something seen that is no answer of its own."""
        self.right += bool(holds)
        self.wrong += not holds
        print(f"  {'as expected ' if holds else 'NOT EXPECTED'}  {what}")

    # --- things of the tour's own ---

    def org_path(self, rest=""):
        return f"/v1/organizations/{self.world.ORG}{rest}"

    def own_key(self, client, kind, **wish):
        return add_key(client, self.world.ORG, kind, f"{self.stamp} {wish.pop('name', kind)}", **wish)

    def end_key(self, client, key):
        client.ask("DELETE", self.org_path(f"/keys/{key}"))

    # --- the guides ---

    def personal(self):
        w = self.world
        self.headline("Personal access tokens, as in Driver: a person's own, never without an end")
        self.ask("the guide's request, with the member's token", "POST", "/mcp/v1", w.PERSONAL_TOKEN,
                 200, body={"jsonrpc": "2.0", "id": 1, "method": "ping"},
                 type="user", id=w.MEMBER, organization=w.ORG, kind="personal")
        self.ask("the token says whose it is", "GET", "/v1/self", w.PERSONAL_TOKEN, 200, to=self.service)
        self.ask("a source the member may read", "GET", f"/sources/{w.SOURCE}/README.md",
                 w.PERSONAL_TOKEN, 200, id=w.MEMBER)
        self.ask("writing there takes a higher role than the member's", "PUT",
                 f"/sources/{w.SOURCE}/README.md", w.PERSONAL_TOKEN, 403, "role")
        self.ask("no credential at all", "POST", "/mcp/v1", None, 401, "no_credential")
        self.ask("a text with its last character changed", "POST", "/mcp/v1", changed(w.PERSONAL_TOKEN),
                 401, "invalid_token")
        self.ask("a text that was never a key", "POST", "/mcp/v1", "drvp_your_token_here", 401,
                 "invalid_token")
        self.ask("another organization", "GET", f"/v1/organizations/{w.OTHER_ORG}/appointments",
                 w.PERSONAL_TOKEN, 403, "resource")
        self.ask("the key in the address instead of the header", "GET",
                 f"/v1/self?access_token={w.PERSONAL_TOKEN}", None, 400, "credential_in_url", to=self.service)
        self.ask("a key cannot make keys", "POST", self.org_path("/keys"), w.PERSONAL_TOKEN, 403,
                 "session_required", to=self.service,
                 body={"kind": "personal", "name": "more", "expires_in_days": 30})
        self.personal_ended()

    def personal_ended(self):
        key, token = self.own_key(self.member, "personal", expires_in_days=30)
        self.ask("a second token, at once", "POST", "/mcp/v1", token, 200)
        self.admin.must("PATCH", self.org_path("/policy"), {"personal_tokens_enabled": False})
        try:
            self.ask("the administrator disables personal tokens", "POST", "/mcp/v1", token, 401,
                     "kind_disabled")
        finally:
            self.admin.must("PATCH", self.org_path("/policy"), {"personal_tokens_enabled": True})
        self.ask("and enables them again", "POST", "/mcp/v1", token, 200)
        self.end_key(self.member, key)
        self.ask("the member deletes it", "POST", "/mcp/v1", token, 401, "revoked")

    def machine(self):
        w = self.world
        self.headline("Machine identities, as in Driver: only what is assigned to them")
        self.ask("the guide's request, with the machine's key", "POST", "/mcp/v1", w.MACHINE_TOKEN, 200,
                 body={"jsonrpc": "2.0", "id": 1, "method": "ping"},
                 type="machine", id=w.MACHINE, organization=w.ORG, kind="machine")
        self.ask("the source it is assigned to", "GET", f"/sources/{w.SOURCE}/README.md",
                 w.MACHINE_TOKEN, 200, id=w.MACHINE)
        self.ask("as a Source Member it reads only", "PUT", f"/sources/{w.SOURCE}/README.md",
                 w.MACHINE_TOKEN, 403, "role")
        self.ask("a source it is not assigned to", "GET", f"/sources/{w.SECRET_SOURCE}/README.md",
                 w.MACHINE_TOKEN, 403, "role")
        self.ask("a source of another organization", "GET", f"/sources/{w.OTHER_SOURCE}/README.md",
                 w.MACHINE_TOKEN, 403, "resource")
        self.machine_ended()

    def machine_ended(self):
        machine, _, old = add_machine(self.admin, self.world.ORG, self.stamp, "30d")
        path = self.org_path(f"/machines/{machine}")
        new = self.admin.must("POST", path + "/key", {"expires_in": "1y"})["token"]
        self.ask("its key is regenerated: the old text", "GET", "/v1/self", old, 401, to=self.service)
        self.ask("and the new text", "GET", "/v1/self", new, 200, to=self.service)
        self.admin.ask("DELETE", path)
        self.ask("the machine is deleted", "GET", "/v1/self", new, 401, to=self.service)

    def organization(self):
        w = self.world
        appointments = f"/v1/organizations/{w.ORG}/appointments"
        self.headline("Organization keys, as in Driive: read or write, one organization")
        found = self.ask("the guide's request, with the organization's read key", "GET", appointments, w.ORG_TOKEN,
                         200, to=self.service)
        self.note("  and there they are", (found.json() or {}).get("items"))
        self.ask("a read key does not write", "POST", appointments, w.ORG_TOKEN, 403, "scope", to=self.service,
                 body={"title": "Survey"})
        key, token = self.own_key(self.admin, "organization", permission="write")
        made = self.ask("a write key does", "POST", appointments, token, 201, to=self.service,
                        body={"title": "Survey"})
        one = f"{appointments}/{(made.json() or {}).get('id')}"
        self.ask("but it deletes nothing", "DELETE", one, token, 403, "session_required", to=self.service)
        self.ask("another organization is as good as none", "GET", f"/v1/organizations/{w.OTHER_ORG}/appointments",
                 token, 404, "not_found", to=self.service)
        self.ask("and the other organization's own key there", "GET",
                 f"/v1/organizations/{w.OTHER_ORG}/appointments", w.OTHER_TOKEN, 200, to=self.service)
        self.ask("the same key at an application behind claviger", "GET", appointments, w.ORG_TOKEN,
                 200, type="organization", id=w.ORG, organization=w.ORG, kind="organization")
        self.admin.ask("DELETE", one)
        self.end_key(self.admin, key)
        self.ask("it is revoked", "GET", appointments, token, 401, "revoked", to=self.service)
        self.organization_expired(appointments)

    def organization_expired(self, appointments):
        soon = datetime.now(timezone.utc) + timedelta(seconds=3)
        key, token = self.own_key(self.admin, "organization", name="short", permission="read",
                                  expires_at=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
        self.ask("a key with two seconds to live", "GET", appointments, token, 200)
        time.sleep(max(0, (soon - datetime.now(timezone.utc)).total_seconds()) + 0.1)
        self.ask("two seconds later", "GET", appointments, token, 401, "expired")
        self.end_key(self.admin, key)

    def provider(self):
        w = self.world
        files = f"/files/{w.PROVIDER}"
        self.headline("Provider keys, as in Drivebase: chosen providers, each below a base path")
        self.ask("the guide's request, with a key for /backups of one provider", "POST", "/graphql",
                 w.PROVIDER_TOKEN, 200, to=self.service, body={"query": "{ me { id email } }"},
                 data={"me": {"id": w.MEMBER, "email": w.MEMBER_EMAIL}})
        self.ask("what it sees at the top of its providers: the way to /backups", "POST", "/graphql",
                 w.PROVIDER_TOKEN, 200, to=self.service, body={"query": "{ contents { files { name } folders { name } } }"},
                 data={"contents": {"files": [], "folders": [{"name": "backups"}]}})
        self.ask("the same without a key", "POST", "/graphql", None, 200, to=self.service,
                 body={"query": "{ __typename }"}, data={"__typename": "Query"})
        self.ask("a file below the base path", "GET", files + "/backups/2025/january.txt",
                 w.PROVIDER_TOKEN, 200, kind="provider")
        self.ask("write is among its scopes", "PUT", files + "/backups/2026/new.txt", w.PROVIDER_TOKEN, 200)
        self.ask("outside of the base path", "GET", files + "/documents/contract.txt", w.PROVIDER_TOKEN,
                 403, "path")
        self.ask("a neighbour whose name starts alike", "GET", files + "/backups2/other.txt",
                 w.PROVIDER_TOKEN, 403, "path")
        self.ask("a way round with dots", "GET", files + "/backups/../documents/contract.txt",
                 w.PROVIDER_TOKEN, 403, "not_canonical")
        self.ask("the same, in disguise", "GET", files + "/backups/%2e%2e/documents/contract.txt",
                 w.PROVIDER_TOKEN, 403, "not_canonical")
        self.ask("a provider that is not among its own", "GET", f"/files/{w.SECRET_PROVIDER}/deed.txt",
                 w.PROVIDER_TOKEN, 403, "resource")
        key, token = self.own_key(self.member, "provider", scopes=["read"])
        self.ask("a read key without restriction, in /documents", "GET", files + "/documents/contract.txt",
                 token, 200)
        self.ask("and writing with it", "PUT", files + "/documents/contract.txt", token, 403, "scope")
        self.end_key(self.member, key)
        self.ask("it is revoked", "GET", files + "/documents/contract.txt", token, 401, "revoked")

    def space(self):
        w = self.world
        records = f"/api/table/{w.TABLE}/record"
        self.headline("Space tokens, as in Donotname: chosen scopes, spaces and bases")
        found = self.ask("the guide's request, with a read token for one space", "GET", records, w.SPACE_TOKEN,
                         200, to=self.service)
        self.note("  and there they are", (found.json() or {}).get("records"))
        wish = {"records": [{"fields": {"Task": "a visit"}}]}
        self.ask("a read token does not write", "POST", records, w.SPACE_TOKEN, 403, "restricted_resource",
                 to=self.service, body=wish)
        self.ask("a table in another space is as good as none", "GET", f"/api/table/{w.TABLE2}/record", w.SPACE_TOKEN,
                 404, "not_found", to=self.service)
        key, old = self.own_key(self.member, "space", scopes=["full"], expires_at="2099-12-31")
        made = self.ask("full access, not restricted", "POST", f"/api/table/{w.TABLE2}/record", old, 201,
                        to=self.service, body=wish)
        for record in (made.json() or {}).get("records", []):
            self.member.ask("DELETE", f"/api/table/{w.TABLE2}/record/{record['id']}")
        new = self.member.must("POST", self.org_path(f"/keys/{key}/refresh"), {})["token"]
        self.ask("it is refreshed: the old text", "GET", records, old, 401, "unauthorized", to=self.service)
        self.ask("and the new text", "GET", records, new, 200, to=self.service)
        self.ask("the same token at an application behind claviger", "GET", records, w.SPACE_TOKEN,
                 200, type="user", id=w.MEMBER, kind="space")
        self.end_key(self.member, key)
        self.ask("it is deleted", "GET", records, new, 401, "unauthorized", to=self.service)

    def verdicts(self):
        """An application that holds a key itself asks claviger instead of being guarded by it."""
        w = self.world
        self.headline("Asking for a verdict: an application that holds a key in its own hands")
        for what, asked, allowed, code in (
                ("may it write there", {"token": w.PROVIDER_TOKEN, "path": "/backups/x"}, True, "ok"),
                ("and there", {"token": w.PROVIDER_TOKEN, "path": "/documents/x"}, False, "path"),
                ("a key of another organization", {"token": w.OTHER_TOKEN, "path": "/x"}, False, "unknown"),
        ):
            answer = self.ask(what, "POST", "/v1/verify", w.ORG_TOKEN, 200, to=self.service,
                              body={"action": "write", "resource": w.PROVIDER, **asked})
            said = answer.json() or {}
            self.note(f"  allowed: {said.get('allowed')}, code: {said.get('code')}",
                      said.get("allowed") is allowed and said.get("code") == code)

    def public(self):
        self.headline("What needs no key")
        self.ask("a public route of the application", "GET", "/health", None, 200, type=None, id=None)
        self.ask("a route that nobody wrote down is closed", "GET", "/unheard/of", self.world.ORG_TOKEN,
                 403, "no_route")


def masked(text):
    """A key that stands in an address is not printed."""
    return re.sub(r"\b([a-z]+_\w{6})\w{30,}", r"\1...", text)


def changed(token):
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def run(world):
    """The whole tour.  Was every answer as expected?"""
    print(f"\nThe tour: claviger at {world.BASE_URL}, an application behind it at {world.PROTECTED_URL}")
    tour = Tour(world)
    for part in (tour.personal, tour.machine, tour.organization, tour.provider, tour.space,
                 tour.verdicts, tour.public):
        try:
            part()
        except (Refused, OSError, LookupError) as failure:
            tour.note(f"{part.__name__}: {failure}", False)
    print(f"\n{tour.right} as expected, {tour.wrong} not", flush=True)
    return tour.wrong == 0
