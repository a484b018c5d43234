"""tour.py: what the keys of the demo open, and what they do not.

For each of the five guides that claviger's kinds of keys come from: the request that the guide
shows, with a real key, what must be denied, and that a key is dead as soon as it is ended.  These
are tour_guides.py, by claviger's own addresses alone; tour_application.py has an application behind
claviger's authorizer, and verdicts.  Every request is a real one, through the web server.
"""

import json
import re
from datetime import datetime

import tour_application
import tour_guides
from world import Client, Refused, add_key

OLDER, MODERN = "2025-11-25", "2026-07-28"
ABOUT = "io.modelcontextprotocol/"


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

    def ask(self, what, method, path, token, status=200, code=None, holds=None, text=None, body=None, to=None,
            headers=None, shown="", **identity):
        """One request and its verdict; the JSON of the answer.

        code is what a refusal says; holds, of the answer's JSON, is what must be so; text is all of
        an answer that is none; shown tells of the body; identity is what the application must have
        been told.
        """
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        answer = (to or self.service).ask(method, path, body, headers)
        wrong = self.compare(answer, token, status, code) + self.compare_identity(answer, identity)
        if not self.is_so(answer, holds) or text not in (None, answer.text):
            wrong.append(f"something else was expected than {answer.text}")
        self.report(what, f"{method} {masked(path)} {shown}".rstrip(), answer, wrong)
        return answer.json()

    def compare(self, answer, token, status, code):
        """What is not as it should be, in words; nothing if all is well."""
        wrong = []
        if answer.status != status:
            wrong.append(f"status {status} was expected")
        if code != code_of(answer):
            wrong.append(f"code {code} was expected")
        if status in (401, 403):
            wrong += self.compare_challenge(answer, token, status)
        return wrong

    @staticmethod
    def is_so(answer, holds):
        try:
            return holds is None or holds(answer.json())
        except (LookupError, TypeError):
            return False

    @staticmethod
    def compare_identity(answer, identity):
        told = (answer.json() or {}).get("identity") or {} if identity else {}
        return [f"{name} {value} was expected, the application was told {told.get(name)}"
                for name, value in identity.items() if told.get(name) != value]

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

    def report(self, what, asked, answer, wrong):
        self.right += not wrong
        self.wrong += bool(wrong)
        print(f"  {'as expected ' if not wrong else 'NOT EXPECTED'}  {what}")
        print(f"                {asked} -> {answer.status} {code_of(answer) or ''}".rstrip())
        if answer.status < 300 and not code_of(answer):
            print(f"                {short(answer)}")
        challenge = answer.headers.get("WWW-Authenticate")
        if challenge:
            print(f"                WWW-Authenticate: {challenge}")
        for line in wrong:
            print(f"                !! {line}")

    def note(self, what, holds):
        """Something seen that is no answer of its own."""
        self.right += bool(holds)
        self.wrong += not holds
        print(f"  {'as expected ' if holds else 'NOT EXPECTED'}  {what}")

    # --- asking by the doors that have a language of their own ---

    def mcp(self, what, token, method, params=None, version=MODERN, shown=None, **expected):
        """A message of the Model Context Protocol, as clients of this version send it; its result."""
        params, headers = dict(params or {}), {"MCP-Protocol-Version": version}
        if version == MODERN:
            params["_meta"] = {ABOUT + "protocolVersion": version, ABOUT + "clientCapabilities": {}}
            headers["Mcp-Method"] = method
            if "name" in params:
                headers["Mcp-Name"] = params["name"]
        holds = expected.pop("holds", None)
        answer = self.ask(what, "POST", "/mcp/v1", token, headers=headers, shown=shown or method,
                          body={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
                          holds=holds and (lambda body: holds(body["result"])), **expected)
        return (answer or {}).get("result")

    def tool(self, what, token, name, arguments, holds=None, **expected):
        """A tool of the same protocol; what it found."""
        return self.mcp(what, token, "tools/call", {"name": name, "arguments": arguments},
                        shown=f"{name} {' '.join(str(value) for value in arguments.values())}",
                        holds=holds and (lambda result: holds(result["structuredContent"])), **expected)

    def graphql(self, what, token, query, variables=None, holds=None, **expected):
        """An operation of GraphQL; its data."""
        answer = self.ask(what, "POST", "/graphql", token, body={"query": query, "variables": variables},
                          shown=query[query.index("{"):], holds=holds and (lambda body: holds(body["data"])),
                          **expected)
        return (answer or {}).get("data")

    # --- things of the tour's own ---

    def org_path(self, rest=""):
        return f"/v1/organizations/{self.world.ORG}{rest}"

    def own_key(self, client, kind, **wish):
        return add_key(client, self.world.ORG, kind, f"{self.stamp} {wish.pop('name', kind)}", **wish)

    def end_key(self, client, key):
        client.ask("DELETE", self.org_path(f"/keys/{key}"))


def code_of(answer):
    """What a refusal says, in the manner of the door that gave it; None if it is none."""
    body = answer.json()
    if not isinstance(body, dict):
        return None
    for error in body.get("errors") or ():
        return error["extensions"]["code"]
    result, error = body.get("result") or {}, body.get("error")
    if isinstance(error, dict):
        return error.get("data", {}).get("code", error["code"])
    if isinstance(result, dict) and result.get("isError"):
        return result["structuredContent"]["error"]["code"]
    return answer.code


def short(answer):
    """The beginning of an answer, without what a protocol wraps it in."""
    body = answer.json()
    for wrapping in ("result", "data", "structuredContent", "identity"):
        if isinstance(body, dict) and wrapping in body:
            body = body[wrapping]
    text = answer.text.strip() if body is None else json.dumps(body, ensure_ascii=False)
    return text if len(text) <= 84 else text[:81] + "..."


def masked(text):
    """A key that stands in an address is not printed."""
    return re.sub(r"\b([a-z]+_\w{6})\w{30,}", r"\1...", text)


def run(world):
    """The whole tour.  Was every answer as expected?"""
    print(f"\nThe tour: claviger at {world.BASE_URL}, an application behind it at {world.PROTECTED_URL}")
    tour = Tour(world)
    for part in (*tour_guides.PARTS, *tour_application.PARTS):
        try:
            part(tour)
        except (Refused, OSError, LookupError, TypeError) as failure:
            tour.note(f"{part.__name__}: {failure!r}", False)
    print(f"\n{tour.right} as expected, {tour.wrong} not", flush=True)
    return tour.wrong == 0
