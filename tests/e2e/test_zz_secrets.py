"""The last tests of a run: what all the others left behind."""

import json
import os
import re
import signal

import pytest

from api_kit import abroad, home, table  # noqa: F401
from conftest import BROKEN_CHAINS, SEEN_SECRETS, find_secrets, search
from test_api_keys import wish_of


def test_no_secret_is_in_the_database_or_a_log(stack, world, home, abroad):
    """The keys and passwords of all tests, in a dump of the database and in all logs."""
    assert {"drvp", "drvm", "dk", "drv", "dnt", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"} <= {
        re.split(r"[_.]", secret)[0] for secret in SEEN_SECRETS}
    assert world.ADMIN_PASSWORD in SEEN_SECRETS
    assert find_secrets(stack) == []


def test_no_secret_is_in_a_log_of_another_stack(stack, workplace):
    """Stacks of tests of their own have ended; what they wrote is still there."""
    logs = [path for path in workplace.glob("*/log/**/*") if path.is_file()]
    assert logs
    assert not search(stack, logs)


def test_a_secret_would_be_found(stack, home, db):
    """The search above does find what is there: in the database and in each log."""
    probes = {"a-name-in-the-database": "database", "a-word-in-the-log": "claviger.log"}
    home.add_key(**{**wish_of("provider"), "name": "a-name-in-the-database"})
    path = stack.path("log", "claviger.log")
    with open(path, "a") as log:
        log.write('{"event":"a-word-in-the-log"}\n')
    SEEN_SECRETS.update(probes)
    try:
        found = find_secrets(stack)
    finally:
        SEEN_SECRETS.difference_update(probes)
    for probe, where in probes.items():
        assert any(where in line and probe[:9] in line for line in found), found


def events_of(stack):
    with open(stack.path("log", "claviger.log")) as f:
        return [json.loads(line) for line in f]


def test_every_route_was_tried(request, stack):
    """By all tests together each row of the table was answered well, and refused, and by whom it should."""
    here = os.path.dirname(__file__)
    wanted = {name for name in os.listdir(here) if name.startswith("test_api_")}
    ran = {os.path.basename(str(item.path)) for item in request.session.items}
    if not wanted <= ran:
        pytest.skip("not all tests of the API ran")
    seen = {}
    for event in events_of(stack):
        if event["event"] == "request":
            seen.setdefault((event["method"], event.get("route")), set()).add(int(event["status"]))
    for route in table():
        if route.path == "/v1/leaks":
            continue  # it is off here; its tests have a service of their own
        statuses = seen.get((route.method, route.path), set())
        assert any(s < 300 for s in statuses), f"{route}: never answered well"
        assert not route.security or 401 in statuses, f"{route}: never refused"


def test_every_chain_is_whole(stack):
    """What happened in all tests, but for what was meddled with on purpose."""
    done = stack.service.run("audit", "verify", "--json")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(report["last"] for report in reports) > 0 and done.stderr == ""
    broken = [report for report in reports if report["state"] != "whole" and report["id"] not in BROKEN_CHAINS]
    assert not broken, broken[:3]


def test_nothing_broke(stack):
    """No answer was a fault of our own, and no process ended but those that tests killed."""
    killed = str(int(signal.SIGKILL))
    broken = [e for e in events_of(stack) if
              (e["event"] == "request" and e["status"] == "500") or
              (e["event"] == "process_died" and e.get("signal") != killed) or
              e["event"] in ("statement_misfit", "answer_too_large")]
    assert not broken, broken[:5]
