"""`claviger audit`: whether what happened is whole, and taking it out."""

import hashlib
import json
import os
import re
import secrets
import subprocess
import time

import pymysql
import pytest

from conftest import BROKEN_CHAINS
from test_api_audit import ZERO, hash_of, wait_sealed

HEX = re.compile(r"[0-9a-f]{64}\Z")


def run(stack, *words, **more):
    return stack.service.run("audit", *words, **more)


def verify(stack, org, *words):
    """The report of an organization, its problems by event or place."""
    done = run(stack, "verify", "--json", *words, org.id)
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0 if report["state"] == "whole" else 1, "")
    return report


def problems(stack, org, *words):
    return [(p["event"], p["place"], p["what"]) for p in verify(stack, org, *words)["problems"]]


@pytest.fixture
def chained(org):
    """An organization with a dozen events, all of them in their chain."""
    for n in range(6):
        org.add_key("provider", scopes=["read"], name=f"\u00e9 {n}")
    org.add_machine()
    wait_sealed(org)
    BROKEN_CHAINS.add(org.id)
    return org


@pytest.fixture
def rows(chained, db):
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM audit WHERE org_id = %s ORDER BY place", chained.id)
        return cursor.fetchall()


def write(db, statement, *values):
    with db.cursor() as cursor:
        return cursor.execute(statement, values)


# --- verify ---

def test_whole(stack, chained, rows):
    report = verify(stack, chained)
    assert report == {"id": chained.id, "state": "whole", "first": 1, "last": len(rows), "unsealed": 0,
                      "end": f"{len(rows)}:{rows[-1]['hash'].hex()}", "problems": []}
    done = run(stack, "verify", chained.id)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip("\n").split("\t") == [chained.id, "whole", "1", str(len(rows)), "0", report["end"]]


def change_of(column, value):
    """Another value that the column may have; one byte is enough."""
    if column == "org_id":
        return None
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, int):
        return value + 1
    return "" if value is None else value[:-1] + chr(ord(value[-1]) ^ 1)


@pytest.mark.parametrize("column", ["id", "at", "action", "actor_type", "actor_id", "key_id", "target_id", "address",
                                    "request_id", "before_change", "after_change", "prev", "hash"])
@pytest.mark.parametrize("which", [0, 4, -1])
def test_one_byte_of_one_column(stack, db, chained, rows, column, which):
    """The event is named, and no other.  What was NULL and is empty now was changed as well."""
    row = rows[which]
    changed = change_of(column, row[column])
    if column == "id":
        changed = row["id"] + 1_000_000_000
    write(db, f"UPDATE audit SET {column} = %s WHERE id = %s", changed, row["id"])
    named = changed if column == "id" else row["id"]
    try:
        assert problems(stack, chained) == [(named, row["place"], "has been changed")]
        done = run(stack, "verify", chained.id)
        assert done.returncode == 1
        assert done.stderr == f"claviger: {chained.id}: event {named} at place {row['place']} has been changed\n"
    finally:
        write(db, f"UPDATE audit SET {column} = %s WHERE id = %s", row[column], named)
    assert problems(stack, chained) == []


def test_a_place_that_was_changed(stack, db, chained, rows):
    row = rows[3]
    write(db, "UPDATE audit SET place = 1000 WHERE id = %s", row["id"])
    assert problems(stack, chained) == [(0, row["place"], "is missing"), (row["id"], 1000, "lies outside of the chain")]
    write(db, "UPDATE audit SET place = 0 WHERE id = %s", row["id"])
    assert (row["id"], 0, "lies outside of the chain") in problems(stack, chained)


def test_another_organizations_event(stack, db, chained, rows, home_org):
    write(db, "UPDATE audit SET org_id = %s, place = 5000 WHERE id = %s", home_org.id, rows[3]["id"])
    assert problems(stack, chained) == [(0, 4, "is missing")]
    assert problems(stack, home_org) == [(rows[3]["id"], 5000, "lies outside of the chain")]
    write(db, "UPDATE audit SET org_id = %s, place = 4 WHERE id = %s", chained.id, rows[3]["id"])
    assert problems(stack, chained) == problems(stack, home_org) == []


@pytest.fixture
def home_org(new_org):
    made = new_org()
    wait_sealed(made)
    BROKEN_CHAINS.add(made.id)
    return made


@pytest.mark.parametrize("which, what", [
    ((0,), [(0, 1, "is missing")]),
    ((4,), [(0, 5, "is missing")]),
    ((4, 5), [(0, 5, "and those up to the next are missing")]),
])
def test_a_row_that_is_gone(stack, db, chained, rows, which, what):
    for n in which:
        write(db, "DELETE FROM audit WHERE id = %s", rows[n]["id"])
    assert problems(stack, chained) == what


def test_the_last_rows_that_are_gone(stack, db, chained, rows):
    """Cutting a chain off leaves a good chain; that its end was elsewhere is recorded."""
    write(db, "DELETE FROM audit WHERE org_id = %s AND place > %s", chained.id, len(rows) - 2)
    assert problems(stack, chained) == [(0, len(rows) - 1, "and those after it are missing")]
    end = rows[-3]
    write(db, "UPDATE audit_chain SET place = %s, hash = %s WHERE org_id = %s", end["place"], end["hash"], chained.id)
    assert problems(stack, chained) == [
        (0, end["place"], "is recorded as the end without the signature of this installation")]


def test_rows_in_another_order(stack, db, chained, rows):
    a, b = rows[3], rows[4]
    write(db, "UPDATE audit SET place = -1 WHERE id = %s", a["id"])
    write(db, "UPDATE audit SET place = %s WHERE id = %s", a["place"], b["id"])
    write(db, "UPDATE audit SET place = %s WHERE id = %s", b["place"], a["id"])
    named = {event for event, _, what in problems(stack, chained)}
    assert {a["id"], b["id"]} <= named


def forge(db, org, rows, first):
    """All hashes made anew from a place on, as whoever may write to the database could."""
    prev = rows[first - 1]["hash"].hex() if first > 0 else ZERO
    for row in rows[first:]:
        digest = hash_of(prev, row)
        write(db, "UPDATE audit SET prev = %s, hash = %s, actor_id = %s WHERE id = %s", bytes.fromhex(prev),
              bytes.fromhex(digest), row["actor_id"], row["id"])
        prev = digest
    write(db, "UPDATE audit_chain SET hash = %s WHERE org_id = %s", bytes.fromhex(prev), org.id)


def test_another_chain_has_no_signature(stack, db, chained, rows):
    """And the keeper does not go on from it: it would sign what was forged."""
    rows[2]["actor_id"] = "usr_somebodyelse"
    forge(db, chained, rows, 2)
    what = [(0, len(rows), "is recorded as the end without the signature of this installation")]
    assert problems(stack, chained) == what
    chained.admin.must("PATCH", chained.path, {"name": "Later"})
    time.sleep(2.5)
    assert problems(stack, chained) == what
    assert verify(stack, chained)["unsealed"] == 1
    # The operator may take it as it is; that is an event, too.
    assert (run(stack, "sign", chained.id).returncode, problems(stack, chained)) == (0, [])
    wait_sealed(chained)
    assert verify(stack, chained)["last"] == len(rows) + 2
    [signed] = chained.admin.must("GET", chained.path + "/audit?action=audit.sign")["items"]
    assert signed["actor"] == "operator"


def test_a_record_that_is_gone(stack, db, chained, rows):
    write(db, "DELETE FROM audit_chain WHERE org_id = %s", chained.id)
    assert (rows[-1]["id"], len(rows), "is sealed, and no chain is recorded") in problems(stack, chained)
    chained.admin.must("PATCH", chained.path, {"name": "Later"})
    time.sleep(2.5)
    assert verify(stack, chained)["unsealed"] == 1
    assert run(stack, "sign", chained.id).returncode == 0
    wait_sealed(chained)
    assert problems(stack, chained) == []


def test_a_place_that_somebody_has_noted(stack, chained, rows):
    """What a database alone cannot show: that all of it is another one, signed by who has the secret too."""
    end = verify(stack, chained)["end"]
    assert problems(stack, chained, "--known", end) == []
    chained.admin.must("PATCH", chained.path, {"name": "Later"})
    wait_sealed(chained)
    assert problems(stack, chained, "--known", end) == []
    other = f"{len(rows)}:{'0' * 64}"
    assert problems(stack, chained, f"--known={other}") == [
        (rows[-1]["id"], len(rows), "has another hash than the one that was noted")]
    assert problems(stack, chained, "--known", f"999:{'0' * 64}") == [(0, 999, "was noted, and is not there")]
    for bad in ("7", "x:" + "0" * 64, "1:00", "0:" + "0" * 64):
        assert run(stack, "verify", "--known", bad, chained.id).returncode == 2
    assert run(stack, "verify", "--known", end).returncode == 2


def test_all_organizations(stack, chained, new_org, db):
    """One broken chain is enough, and the others are shown all the same; the dead have theirs still."""
    dead = new_org()
    wait_sealed(dead)
    BROKEN_CHAINS.add(dead.id)
    assert stack.service.run("org", "delete", dead.id).returncode == 0
    done = run(stack, "verify", "--json")
    reports = {r["id"]: r for r in map(json.loads, done.stdout.splitlines())}
    assert reports[dead.id]["state"] == reports[chained.id]["state"] == "whole"
    write(db, "UPDATE audit SET action = 'x' WHERE org_id = %s AND place = 1", dead.id)
    done = run(stack, "verify")
    assert done.returncode == 1
    assert f"{dead.id}\tbroken\t" in done.stdout and f"{chained.id}\twhole\t" in done.stdout


@pytest.mark.parametrize("what", ["verify", "export"])
@pytest.mark.parametrize("org", ["org_none", "../x", "org_\u00e9"])
def test_an_organization_that_never_was(stack, what, org):
    done = run(stack, what, org)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"claviger: there is no organization {org} (not_found)\n"


# --- export ---

def export(stack, org, *words):
    done = run(stack, "export", "--json", *words, org.id)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def text_of(event, line):
    """What the hash of an exported event is made of: before and after as they stand in the line."""
    at = int(time.mktime(time.strptime(event["at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone)
    values = {"id": event["id"], "at": at, "organization": event["organization"], "action": event["action"],
              "actor_type": event["actor_type"], "actor": event["actor"], "key": event["key"],
              "target": event["target"], "address": event["address"], "request_id": event["request_id"]}
    for name, after in (("before", ',"after":'), ("after", ',"place":')):
        start = line.index(f'"{name}":') + len(name) + 3
        raw = line[start:line.index(after, start)]
        values[name] = None if event[name] is None else raw
    return "".join(name + "\n" if value is None else f"{name}={value}\n" for name, value in values.items())


def test_an_export_can_be_verified_by_itself(stack, chained, rows):
    done = run(stack, "export", "--json", chained.id)
    prev = ZERO
    lines = done.stdout.splitlines()
    for place, line in enumerate(lines, 1):
        event = json.loads(line)
        assert (event["place"], event["prev"]) == (place, prev)
        prev = hashlib.sha256(bytes.fromhex(prev) + text_of(event, line).encode()).hexdigest()
        assert event["hash"] == prev
    assert len(lines) == len(rows)


def test_an_export_is_what_the_api_shows(stack, chained):
    shown = chained.admin.must("GET", chained.path + "/audit?limit=200")["items"][::-1]
    exported = export(stack, chained)
    for event, other in zip(exported, shown, strict=True):
        assert event.pop("organization") == chained.id and event.pop("place") > 0
        assert event == other


def test_an_export_of_any_length(stack, db, new_org):
    org = new_org()
    with db.cursor() as cursor:
        cursor.executemany("INSERT INTO audit (org_id, at, action, actor_type) VALUES (%s, %s, 'x', 'operator')",
                           [(org.id, 1_700_000_000 + n) for n in range(150)])
    events = export(stack, org)
    seen = {e["id"] for e in events}
    assert len(seen) == 151
    assert len(export(stack, org, "--since", "2099-01-01")) == 0
    assert {e["at"] >= "2023-11-14T22:15:00Z" for e in export(stack, org, "--since=2023-11-14T22:15:00Z")} == {True}
    assert {e["id"] for e in export(stack, org, "--since", min(e["at"] for e in events)[:10])} == seen
    assert run(stack, "export", "--since", "yesterday", org.id).returncode == 2


def test_an_export_as_columns(stack, chained, rows):
    done = run(stack, "export", chained.id)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [int(line[0]) for line in lines] == [row["id"] for row in rows]
    assert {len(line) for line in lines} == {15} and all(HEX.match(line[-1]) for line in lines)


# --- retention ---

@pytest.fixture(scope="module")
def forgetful(new_stack_session):
    """An installation that keeps events for thirty days."""
    stack = new_stack_session(settings={"audit": {"keep_days": "30"}})
    stack.start()
    yield stack
    assert not stack.stop()


@pytest.fixture
def forgetful_db(forgetful):
    connection = pymysql.connect(unix_socket=forgetful.database.socket, user=forgetful.database.admin,
                                 database="claviger", autocommit=True, cursorclass=pymysql.cursors.DictCursor)
    yield connection
    connection.close()


class Old:
    """An organization with events of ever so many days ago, one a day, the youngest of now.  Nothing of it is
    sealed yet: the service is stopped meanwhile."""

    def __init__(self, stack, db, days, age=0):
        self.id = stack.service.must("org", "add", "Old " + secrets.token_hex(6)).strip()
        self.stack, self.db = stack, db
        write(db, "UPDATE audit SET at = at - %s WHERE org_id = %s", (days + age) * 86400, self.id)
        for n in range(days - 1, -1, -1):
            write(db, "INSERT INTO audit (org_id, at, action, actor_type) VALUES (%s, %s, 'x', 'operator')", self.id,
                  int(time.time()) - (n + age) * 86400 - 60)

    def rows(self):
        with self.db.cursor() as cursor:
            cursor.execute("SELECT * FROM audit WHERE org_id = %s ORDER BY place", self.id)
            return cursor.fetchall()


def start(stack):
    stack.service.start()
    stack.wait_ready()


def until(true, what, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def test_what_is_old_is_forgotten_and_the_rest_can_be_verified(forgetful, forgetful_db):
    forgetful.service.stop()
    old, young = Old(forgetful, forgetful_db, 50), Old(forgetful, forgetful_db, 20)
    # The keeper looks for it as it starts, and then every ten minutes.
    start(forgetful)
    until(lambda: len(old.rows()) == 30, "nothing was forgotten")
    assert old.rows()[0]["place"] == 22 and len(young.rows()) == 21
    report = verify(forgetful, old)
    assert (report["state"], report["first"], report["last"]) == ("whole", 22, 51)
    assert verify(forgetful, young)["first"] == 1
    # The chain goes on, and what is put in front of it is found.
    assert forgetful.service.run("org", "delete", old.id).returncode == 0
    until(lambda: all(row["place"] for row in old.rows()), "not sealed")
    assert (verify(forgetful, old)["state"], verify(forgetful, old)["last"]) == ("whole", 52)
    first = old.rows()[0]
    write(forgetful_db, "UPDATE audit SET at = at + 1 WHERE id = %s", first["id"])
    assert problems(forgetful, old) == [(first["id"], 22, "has been changed")]
    write(forgetful_db, "UPDATE audit SET at = at - 1 WHERE id = %s", first["id"])
    write(forgetful_db, "INSERT INTO audit (org_id, at, action, actor_type, place) VALUES (%s, 1, 'x', 'user', 21)",
          old.id)
    [(_, place, what)] = problems(forgetful, old)
    assert (place, what) == (21, "lies outside of the chain")


def test_all_of_it_may_be_old(forgetful, forgetful_db):
    """Then only the record of the chain is left, and the next event follows what is gone."""
    forgetful.service.stop()
    old = Old(forgetful, forgetful_db, 3, age=40)
    start(forgetful)
    until(lambda: not old.rows(), "not forgotten")
    assert (verify(forgetful, old)["state"], verify(forgetful, old)["first"]) == ("whole", 5)
    assert forgetful.service.run("org", "delete", old.id).returncode == 0
    until(lambda: [row["place"] for row in old.rows()] == [5], "not sealed")
    assert verify(forgetful, old)["state"] == "whole"


def test_for_ever_unless_it_says_otherwise(stack, db, new_org):
    org = new_org()
    BROKEN_CHAINS.add(org.id)
    write(db, "UPDATE audit SET at = 1 WHERE org_id = %s", org.id)
    wait_sealed(org)
    time.sleep(2.5)
    assert len(export(stack, org)) == 1


def test_less_than_thirty_days(stack):
    done = subprocess.run([stack.service.program, "--config", stack.config, "check"], text=True, capture_output=True,
                          env={**os.environ, **stack.service.env, "CLAVIGER_AUDIT_KEEP_DAYS": "29"})
    assert done.returncode == 1 and "audit keep_days: must be 0 (for ever) or at least 30" in done.stderr + done.stdout
