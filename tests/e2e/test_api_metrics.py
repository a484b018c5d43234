"""/metrics has the figures of the whole installation, which the keeper counts."""

import re
import time

import pymysql

from api_kit import ask, fresh_stack


def figures(base):
    text = ask(base, "GET", "/metrics").text
    return {name: int(value) for name, value in re.findall(r"^(claviger_\S+) (\d+)$", text, re.M)}


def until_counted(base, since):
    """The first count that is not older."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = figures(base)
        if found.get("claviger_keys_counted_timestamp_seconds", 0) >= since:
            return found
        time.sleep(0.1)
    raise AssertionError("the keeper has not counted")


def test_after_a_start_they_are_those_of_the_database(new_stack):
    stack, api, world = fresh_stack(new_stack)
    kinds = {"personal", "machine", "organization", "provider", "space"}
    stack.service.restart()
    found = until_counted(stack.web.base_url, int(time.time()) - 1)
    with pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         cursorclass=pymysql.cursors.DictCursor) as db, db.cursor() as cursor:
        cursor.execute("SELECT kind, COUNT(*) AS n FROM api_key WHERE ended_at IS NULL GROUP BY kind")
        there = {row["kind"]: row["n"] for row in cursor.fetchall()}
    assert set(there) <= kinds and there
    for kind in kinds:
        assert found[f'claviger_keys{{kind="{kind}",state="active"}}'] == there.get(kind, 0)
        assert found[f'claviger_keys_expiring{{kind="{kind}",within="1d"}}'] == 0
    assert found["claviger_mails_oldest_seconds"] == 0
    assert found["claviger_audit_unsealed_seconds"] < 60


def test_the_text_is_sound(stack):
    """Each metric is told of once, before its values, which are once each."""
    text = ask(stack.web.base_url, "GET", "/metrics").text
    told, seen = [], []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            told.append(line.split()[2])
        elif not line.startswith("#"):
            seen.append(line.rsplit(" ", 1)[0])
            assert re.match(r"\w+", line).group() == told[-1], line
    assert len(told) == len(set(told)) and len(seen) == len(set(seen))
