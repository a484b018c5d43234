"""graphql_kit.py: asking /graphql as its clients do."""

import json

import httpx

from conftest import remember


class Graphql:
    """A client with one credential, or none."""

    def __init__(self, base_url, token=None, workspace=None):
        self.url, self.token, self.workspace = base_url + "/graphql", token, workspace

    def post(self, body, **headers):
        """Any body; names of headers with "_" for "-"."""
        told = {"Content-Type": "application/json"}
        if self.token:
            told["Authorization"] = "Bearer " + self.token
        if self.workspace:
            told["x-workspace-id"] = self.workspace
        told.update({name.replace("_", "-"): value for name, value in headers.items()})
        told = {name: value for name, value in told.items() if value is not None}
        text = body if isinstance(body, (bytes, str)) else json.dumps(body)
        answer = httpx.post(self.url, content=text, headers=told, timeout=30, verify=False)
        remember(answer)
        return answer

    def ask(self, query, variables=None, **headers):
        """The whole answer to a document that is done."""
        answer = self.post({"query": query, "variables": variables}, **headers)
        assert answer.status_code == 200, (answer.status_code, answer.text, query)
        return answer.json()

    def data(self, query, variables=None):
        """Its data; there is no error."""
        answer = self.ask(query, variables)
        assert "errors" not in answer, (answer, query)
        return answer["data"]

    def error(self, query, variables=None):
        """(code, status, message) of its one error."""
        answer = self.ask(query, variables)
        assert len(answer.get("errors", [])) == 1, (answer, query)
        one = answer["errors"][0]
        return one["extensions"]["code"], one["extensions"]["statusCode"], one["message"]
