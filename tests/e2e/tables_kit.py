"""tables_kit.py: what the tests of the door for tables share."""

import json
import urllib.parse

from api_kit import REALM, ask


def pairs(name, value):
    """A parameter of a query: a list of texts is given once for each, other things are JSON."""
    if isinstance(value, list) and all(isinstance(x, str) for x in value):
        return [(name + "[]", x) for x in value]
    return [(name, value if isinstance(value, str) else json.dumps(value))]


class Table:
    """A table of an organization's own, with a field of each sort."""

    FIELDS = ({"name": "Name", "type": "singleLineText"}, {"name": "Count", "type": "number"},
              {"name": "Done", "type": "checkbox"}, {"name": "Due", "type": "date"},
              {"name": "State", "type": "singleSelect",
               "options": {"choices": [{"name": n} for n in ("todo", "doing", "done")]}},
              {"name": "More", "type": "json"})

    def __init__(self, org, fields=FIELDS):
        self.org, self.token = org, org.admin.token
        self.space = self.must("POST", "/api/space", {"name": "Plans"}, status=201, workspace=org.id)["id"]
        self.base = self.must("POST", f"/api/space/{self.space}/base", {"name": "Projects"}, status=201)["id"]
        made = self.must("POST", f"/api/base/{self.base}/table", {"name": "Tasks", "fields": list(fields)}, status=201)
        self.id, self.made = made["id"], made
        self.path = "/api/table/" + self.id
        self.fields = {f["name"]: f["id"] for f in made["fields"]}

    def ask(self, method, path, body=None, token=None, workspace=None, **query):
        path = path if path.startswith("/") else f"{self.path}/{path}"
        if query:
            path += "?" + urllib.parse.urlencode([pair for name, value in query.items() for pair in pairs(name, value)])
        headers = {"x-workspace-id": workspace} if workspace else {}
        return ask(self.org.api.base_url, method, path, token or self.token,
                   None if body is None else json.dumps(body), body is not None and "application/json" or None, headers)

    def must(self, method, path, body=None, status=200, **more):
        answer = self.ask(method, path, body, **more)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return json.loads(answer.text) if answer.text else None

    def add(self, *records, **more):
        """Records by their fields; their ids."""
        made = self.must("POST", "record", {"records": [{"fields": r} for r in records]}, status=201, **more)
        return [r["id"] for r in made["records"]]

    def list(self, **query):
        return self.must("GET", "record", **query)["records"]

    def names(self, **query):
        """The names of the records that are listed, in their order."""
        return "".join(r["fields"].get("Name", "-") for r in self.list(**query))

    def token_of(self, scopes, **wish):
        """An access token of the admin's."""
        wish = {"name": "t", "scopes": scopes, "expiredTime": "2099-12-31", **wish}
        return self.must("POST", "/api/access-token", wish, status=201, workspace=self.org.id)


def refused(answer, status, code, message=None):
    """A refusal as clients of tables know it."""
    seen = f"{answer.status} {dict(answer.headers)} {answer.text}"
    body = json.loads(answer.text)
    assert answer.status == status and body["code"] == code and body["status"] == status, seen
    assert set(body) == {"message", "status", "code"} and answer.headers["Content-Type"] == "application/json", seen
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Request-Id"], seen
    assert (answer.headers.get("WWW-Authenticate") or "").startswith(REALM) == (status in (401, 403)), seen
    if message is not None:
        assert message in body["message"], seen
    return body["message"]
