"""mcp_kit.py: messages of the Model Context Protocol, as each of its versions sends them."""

import base64
import json

from api_kit import ask

MODERN = "2026-07-28"
BEFORE = ("2025-11-25", "2025-06-18", "2025-03-26")
META = "io.modelcontextprotocol/"


def envelope(version=MODERN, **more):
    """What a modern request says of itself."""
    return {META + "protocolVersion": version, META + "clientCapabilities": {},
            META + "clientInfo": {"name": "test", "version": "1"}, **more}


def header_text(value):
    """A text as it stands in a header."""
    if value.isascii() and value.isprintable() and value == value.strip() and value:
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


class Mcp:
    """A client of one version, with a credential; it keeps the last answer."""

    def __init__(self, base_url, token, version=MODERN, headers=None):
        self.base_url, self.token, self.version = base_url, token, version
        self.headers, self.answer, self.id = headers or {}, None, 0

    def send(self, body, headers=None, kind="application/json"):
        """A body as it is: bytes, a text, or something to be made JSON."""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        self.answer = ask(self.base_url, "POST", "/mcp/v1", self.token, body, kind,
                          {"Accept": "application/json, text/event-stream", **self.headers, **(headers or {})})
        return self.answer

    def request(self, method, params=None, **more):
        """A request; the whole answer as JSON."""
        self.id += 1
        params, headers = dict(params or {}), {}
        if self.version is not None:
            headers["MCP-Protocol-Version"] = self.version
        if self.version == MODERN:
            params["_meta"] = envelope()
            headers["Mcp-Method"] = method
            if "name" in params:
                headers["Mcp-Name"] = header_text(params["name"])
        body = {"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}
        answer = self.send(body, {**headers, **more}).json()
        assert answer["id"] == self.id and answer["jsonrpc"] == "2.0", answer
        return answer

    def result(self, method, params=None):
        answer = self.request(method, params)
        assert self.answer.status == 200 and "result" in answer, answer
        return answer["result"]

    def tools(self):
        """The names of the tools the credential sees."""
        return [tool["name"] for tool in self.result("tools/list")["tools"]]

    def call(self, name, **arguments):
        """What a tool answers that succeeds: its structured result."""
        result = self.result("tools/call", {"name": name, "arguments": arguments})
        assert result["isError"] is False, result
        return result["structuredContent"]

    def fails(self, name, **arguments):
        """The error of a tool that fails: its code and message."""
        result = self.result("tools/call", {"name": name, "arguments": arguments})
        assert result["isError"] is True, result
        error = result["structuredContent"]["error"]
        assert result["content"] == [{"type": "text", "text": error["message"]}], result
        return error["code"], error["message"]
