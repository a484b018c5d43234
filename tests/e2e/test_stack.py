"""The harness itself: all servers answer, and each fault that tests make can be made and mended."""

import os
import time

import fcgi
import pytest

from process import alive, children_of, wait_until


def status_soon(api, path, wanted, seconds=5):
    """Ask until the status is the wanted one; the last status."""
    end = time.monotonic() + seconds
    while True:
        status = api.get(path).status_code
        if status == wanted or time.monotonic() > end:
            return status
        time.sleep(0.05)


def test_service_behind_each_web_server(web, api):
    answer = api.at(web.base_url).get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]


def test_application_is_closed_behind_each_web_server(web, api):
    answer = api.at(web.protected_url).get("/org/x/y")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == "no_credential"


def test_application_is_told_who_calls(web, api, world):
    answer = api.at(web.protected_url).request(
        "GET", f"/org/{world.ORG}/reports?year=2025",
        headers={"Authorization": "Bearer " + world.ORG_TOKEN, "X-Claviger-Id": "usr_forged",
                 "X-Claviger-Type": "user", "Proxy": "http://evil.example/"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["method"] == "GET"
    assert told["path"] == f"/org/{world.ORG}/reports"
    assert told["query"] == "year=2025"
    assert told["identity"] == {"type": "organization", "id": world.ORG, "organization": world.ORG,
                                "key": world.ORG_KEY, "kind": "organization", "scopes": "read"}
    assert told["remote_user"]
    forbidden = {"Authorization", "Proxy", "X-Claviger-Id", "X-Claviger-Type"}
    assert not forbidden & set(told["headers"]), told["headers"]


def test_public_route_has_no_identity(web, api):
    answer = api.at(web.protected_url).request("GET", "/health", headers={"X-Claviger-Id": "usr_forged"})
    assert answer.status_code == 200
    assert set(answer.json()["identity"].values()) == {None}
    assert answer.json()["remote_user"] is None


def test_keep_alive_keeps_asking(web, world):
    """Several requests on one connection: the second is asked about as the first was."""
    import httpx
    with httpx.Client(base_url=web.protected_url) as client:
        for token, status in ((world.ORG_TOKEN, 200), (None, 401), (world.ORG_TOKEN, 200),
                              (world.ORG_TOKEN, 200)):
            headers = {"Authorization": "Bearer " + token} if token else {}
            assert client.get(f"/org/{world.ORG}/x", headers=headers).status_code == status


def test_raw_fastcgi_reaches_both_sockets(stack):
    reply = fcgi.request(stack.app_socket, fcgi.web_params("GET", "/healthz"))
    assert reply.status == 200 and reply.ended
    reply = fcgi.request(stack.gate_socket, fcgi.web_params("GET", "/org/x/y"), role=fcgi.AUTHORIZER)
    assert reply.status == 401 and reply.ended


def test_samples_are_run_as_they_are(stack):
    """Only addresses and paths of the samples are replaced, and every one of them occurs."""
    for web in stack.webs.values():
        whole = "".join(open(os.path.join(web.directory, "claviger", name)).read()
                        for name in os.listdir(os.path.join(web.directory, "claviger")))
        for old, new in web.replacements().items():
            if old == new or old == f"/etc/{web.kind}/claviger":
                continue
            if old == "127.0.0.1:8482" and web.kind != "apache":
                continue
            if old == "/run/claviger/gate.sock" and web.kind == "apache":
                continue
            if old == "/srv/files" and web.kind == "nginx":
                continue  # it finds the path of a file in claviger's answer
            assert old not in whole and new in whole, f"{web.kind}: {old}"


@pytest.fixture
def own(new_stack):
    from conftest import Api
    stack = new_stack()
    return stack, Api(stack.web.base_url)


def test_database_can_be_killed_paused_and_started(own):
    stack, api = own
    stack.database.kill()
    assert status_soon(api, "/readyz", 503) == 503
    stack.database.start()
    assert status_soon(api, "/readyz", 200) == 200
    stack.database.pause()
    assert status_soon(api, "/readyz", 503) == 503
    stack.database.resume()
    assert status_soon(api, "/readyz", 200) == 200


def test_claviger_can_be_restarted_reloaded_and_killed(own):
    stack, api = own
    before = stack.service.master
    stack.service.restart()
    assert stack.service.master != before and status_soon(api, "/readyz", 200) == 200
    workers = set(stack.service.workers())
    assert workers
    stack.service.reload()
    wait_until(lambda: not workers & set(children_of(stack.service.master)), 20, "new workers")
    assert status_soon(api, "/readyz", 200) == 200
    workers = stack.service.workers()
    stack.service.kill()
    wait_until(lambda: not any(alive(pid) for pid in workers), 30, "workers end with their master")
    stack.service.start()
    assert status_soon(api, "/readyz", 200) == 200
