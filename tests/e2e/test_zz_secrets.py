"""The last tests of a run: what all the others left behind."""

import json
import os
import re

import pytest

from api_kit import abroad, home, table  # noqa: F401
from conftest import SEEN_SECRETS, find_secrets
from test_api_keys import wish_of


def test_no_secret_is_in_the_database_or_a_log(stack, world, home, abroad):
    """The keys and passwords of all tests, in a dump of the database and in all logs."""
    assert {"drvp", "drvm", "dk", "drv", "dnt", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"} <= {
        re.split(r"[_.]", secret)[0] for secret in SEEN_SECRETS}
    assert world.ADMIN_PASSWORD in SEEN_SECRETS
    assert find_secrets(stack) == []


def test_a_secret_would_be_found(stack, home, db):
    """The search above does find what is there: in the database and in each log."""
    probes = {"a-name-in-the-database": "database", "a-word-in-the-log": "claviger.log"}
    home.add_key(**{**wish_of("provider"), "name": "a-name-in-the-database"})
    path = stack.path("log", "claviger.log")
    with open(path, "a") as log:
        log.write('{"event":"a-word-in-the-log"}\n')
    for probe, where in probes.items():
        SEEN_SECRETS.add(probe)
        try:
            found = find_secrets(stack)
        finally:
            SEEN_SECRETS.discard(probe)
        assert any(where in line for line in found), probe


def requests_of(log):
    with open(log) as f:
        for line in f:
            event = json.loads(line)
            if event["event"] == "request":
                yield event


def test_every_route_was_tried(request, stack):
    """By all tests together each row of the table was answered well, and refused, and by whom it should."""
    here = os.path.dirname(__file__)
    wanted = {name for name in os.listdir(here) if name.startswith("test_api_")}
    ran = {os.path.basename(str(item.path)) for item in request.session.items}
    if not wanted <= ran:
        pytest.skip("not all tests of the API ran")
    seen = {}
    for event in requests_of(stack.path("log", "claviger.log")):
        seen.setdefault((event["method"], event.get("route")), set()).add(int(event["status"]))
    for route in table():
        statuses = seen.get((route.method, route.path), set())
        assert any(s < 300 for s in statuses), f"{route}: never answered well"
        assert not route.security or 401 in statuses, f"{route}: never refused"
        assert 500 not in statuses, route


def test_nothing_broke(stack):
    """No answer was a fault of our own, and nobody died."""
    with open(stack.path("log", "claviger.log")) as f:
        events = [json.loads(line) for line in f]
    broken = [e for e in events if e.get("status") == "500" or e["event"] in ("process_died", "statement_misfit")]
    assert not broken, broken[:5]
