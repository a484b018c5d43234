"""`claviger remind --dry-run`: what is due is shown, and nothing is changed by looking."""

import json
import time

DAY = 86400


def shown(stack, *words):
    done = stack.service.run("remind", "--dry-run", "--json", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_key(rows, key):
    return [row for row in rows if row["key"] == key["id"]]


def age(db, key, ends_in, life=90 * DAY):
    """Let a key be at another place of its life."""
    ends = int(time.time()) + ends_in
    with db.cursor() as cursor:
        cursor.execute("UPDATE api_key SET created_at = %s, expires_at = %s WHERE id = %s", (ends - life, ends, key["id"]))


def test_dry_run(stack, org, db):
    member, member_id = org.add_member(email="ben.dry@test.example")
    key = org.add_key("personal", by=member, expires_in_days=90)
    machine = org.add_machine(expires_in="90d")["key"]
    assert of_key(shown(stack), key) == []
    age(db, key, 6 * DAY)
    age(db, machine, 29 * DAY)
    for _ in range(2):
        rows = shown(stack)
        [row] = of_key(rows, key)
        assert (row["state"], row["template"], row["days"], row["to"], row["organization"]) == \
            ("due", "key_ends", 7, "ben.dry@test.example", org.id)
        [row] = of_key(rows, machine)
        assert row["days"] == 30 and row["to"] != "ben.dry@test.example"
    with db.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) AS n FROM reminder")
        assert cursor.fetchone()["n"] == 0
    plain = stack.service.must("remind", "--dry-run")
    [line] = [line.split("\t") for line in plain.splitlines() if key["id"] in line]
    assert line[:2] == ["due", "key_ends"] and line[4:6] == [key["id"], "7"]
