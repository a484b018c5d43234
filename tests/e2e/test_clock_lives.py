"""Whole lives of keys by a clock of our own: made, used, told of, ended, renewed where that is allowed, deleted
and gone, with every mail on the way read back from a mail server."""

import secrets

import pytest

from clock_kit import DAY, end_house, make_house, seconds, testing, text_of  # noqa: F401
from conftest import check_reports
from process import wait_until

KINDS = ("personal", "machine", "organization", "provider", "space")


@pytest.fixture(scope="module")
def house(new_stack_session, testing, tmp_path_factory):  # noqa: F811
    started = []
    try:
        yield make_house(new_stack_session, testing, tmp_path_factory.mktemp("lives"), started)
    finally:
        end_house(started)
    check_reports(started[-1])


class Key:
    """A key of one kind, that lives for so many days."""

    def __init__(self, house, kind, days=90):
        self.house, self.kind, self.name = house, kind, secrets.token_hex(5)
        self.machine = None
        self.owner = house.boss if kind in ("machine", "organization") else house.ada
        if kind == "machine":
            made = self.owner.api.must("POST", house.path + "/machines", {"name": self.name, "expires_in": f"{days}d"})
            self.machine, self.row, self.token = made["machine"]["id"], made["key"], made["token"]
        else:
            self.row = self.owner.api.must("POST", house.path + "/keys",
                                           {"kind": kind, "name": self.name, **self.wish(days)})
            self.token = self.row["token"]
        self.path = f"{house.path}/keys/{self.row['id']}"
        self.ends = seconds(self.row["expires_at"])
        assert abs(self.ends - house.clock.now - days * DAY) < 60

    def wish(self, days):
        date = {"expires_at": text_of(self.house.clock.now + days * DAY)}
        return {"personal": {"expires_in_days": days}, "organization": {"permission": "read", **date},
                "provider": {"scopes": ["read"], **date}, "space": {"scopes": ["full"], **date}}[self.kind]

    @property
    def told(self):
        """Whom its end concerns: of a member's key the member, of the organization's the admins."""
        house = self.house
        people = [house.ada] if self.owner is house.ada else [house.boss, house.deputy]
        return [person.email for person in people]

    def at(self, days):
        """So many days before its end, or after it; what was said until then."""
        self.house.clock.move_to(self.ends - days * DAY)
        self.house.settle()
        return self.house.letters(self.name)

    def state(self):
        return self.owner.api.must("GET", self.path)["state"]

    def last_used(self):
        at = self.owner.api.must("GET", self.path)["last_used_at"]
        return at and seconds(at)

    def listed(self, state=""):
        rows = self.owner.api.must("GET", f"{self.house.path}/keys?owner=all&limit=200{state}")["items"]
        return [row["state"] for row in rows if row["id"] == self.row["id"]]

    def renew(self, body):
        """A new text where the kind has one."""
        path = f"{self.house.path}/machines/{self.machine}/key" if self.machine else self.path + "/refresh"
        answer = self.owner.api.post(path, body)
        return answer.status_code, answer.json()

    def delete(self):
        path = f"{self.house.path}/machines/{self.machine}" if self.machine else self.path
        return self.owner.api.delete(path).status_code


def said(key, *words):
    """Each of these to everybody whom the key concerns."""
    return sorted((address, f"{word}") for word in words for address in key.told)


@pytest.mark.parametrize("kind", KINDS)
def test_seed_0_18_seed_0_19_from_the_first_day_to_the_last(house, kind):
    key = Key(house, kind)
    renewed = {"machine": {"expires_in": "90d"}, "space": {"expires_at": None}}.get(kind)
    # Made and used; nothing is said for two months.
    assert house.ask(key.token) == (200, None)
    assert key.at(60) == [] and key.state() == "active"
    assert key.at(31) == [] and house.ask(key.token) == (200, None)
    # 30, 7 and 1 days before, each once, however often one looks in between.
    told = ["ends in 30 days"]
    assert sorted(key.at(29.9)) == said(key, *told)
    assert sorted(key.at(8)) == said(key, *told)
    told.append("ends in 7 days")
    assert sorted(key.at(6.99)) == said(key, *told)
    assert sorted(key.at(2)) == said(key, *told)
    told.append("ends in 1 day")
    assert sorted(key.at(0.9)) == said(key, *told)
    assert house.ask(key.token) == (200, None) and key.state() == "active"
    # The last second, and the first after it.
    house.clock.move_to(key.ends - 20)
    assert house.ask(key.token) == (200, None)
    house.clock.move_to(key.ends)
    assert house.ask(key.token) == (401, "expired")
    told.append("has expired")
    assert sorted(key.at(-0.01)) == said(key, *told)
    assert key.state() == "expired" and key.listed() == ["expired"]
    assert sorted(key.at(-3)) == said(key, *told)
    # Used until just before the end, and never after.
    wait_until(lambda: (key.last_used() or 0) >= key.ends - 25, 20, "its last use")
    assert key.last_used() < key.ends
    # What expired comes back only where the kind is renewed, with another text and another end.
    if renewed is None:
        status, answer = key.renew({})
        assert (status, answer["code"]) == (409, "conflict")
        assert house.ask(key.token) == (401, "expired")
    else:
        assert key.renew({})[0] == 422
        renewed = {name: value or text_of(house.clock.now + 90 * DAY) for name, value in renewed.items()}
        status, answer = key.renew(renewed)
        assert status == 200
        old, key.token = key.token, answer["token"]
        assert house.ask(old)[0] == 401 and house.ask(key.token) == (200, None)
        key.ends = seconds((answer.get("key") or answer)["expires_at"])
        # Another end is told of anew.
        assert sorted(key.at(31)) == said(key, *told)
        assert sorted(key.at(29.9)) == said(key, *told, "ends in 30 days")
        told.append("ends in 30 days")
    # Deleted: nothing is said of it any more, and it does not come back.
    assert key.delete() == 204
    dead = "revoked"
    assert house.ask(key.token) == (401, dead)
    assert sorted(key.at(-10)) == said(key, *told)
    assert house.ask(key.token) == (401, dead)
    stays = kind in ("organization", "provider")
    assert key.listed() == [] and key.listed("&state=all") == ([dead] if stays else [])
    # It leaves a tombstone, and its name is free.
    [row] = house.query("SELECT ended_at, secret_hash, lookup FROM api_key WHERE id = %s", key.row["id"])
    assert row["ended_at"] and row["secret_hash"].startswith("$argon2id$") and row["lookup"]
    wish = {"expires_in": "30d"} if key.machine else key.wish(30)
    where, wish = ("/machines", wish) if key.machine else ("/keys", {"kind": kind, **wish})
    again = key.owner.api.must("POST", house.path + where, {"name": key.name, **wish})
    assert again["token"] != key.token and house.ask(again["token"]) == (200, None)
    key.owner.api.must("DELETE", f"{house.path}/machines/{again['machine']['id']}" if key.machine
                       else f"{house.path}/keys/{again['id']}")
    # All of it is in the audit, in this order.
    acts = [e["action"] for e in house.boss.api.must("GET", f"{house.path}/audit?limit=200")["items"]
            if e["target"] == key.row["id"] and e["action"].startswith("key.")]
    wanted = ["key.create", "key.renew", "key.end"] if renewed else ["key.create", "key.end"]
    assert [a for a in reversed(acts) if a in wanted] == wanted or key.machine, acts


@pytest.mark.parametrize("kind", KINDS)
def test_a_life_of_thirty_days_has_two_reminders(house, kind):
    """One is told only of what lies in a life: 30 days before is when it was made."""
    key = Key(house, kind, 30)
    assert key.at(29.99) == [] and key.at(8) == []
    assert sorted(key.at(6)) == said(key, "ends in 6 days")
    assert sorted(key.at(0.9)) == said(key, "ends in 6 days", "ends in 1 day")
    key.delete()
    assert sorted(key.at(-1)) == said(key, "ends in 6 days", "ends in 1 day")


def test_what_was_switched_off_is_not_told_of(house):
    key = Key(house, "personal", 30)
    house.boss.api.must("PATCH", house.path + "/policy", {"personal_tokens_enabled": False})
    assert key.at(6) == [] and house.ask(key.token) == (401, "kind_disabled")
    house.boss.api.must("PATCH", house.path + "/policy", {"personal_tokens_enabled": True})
    assert house.ask(key.token) == (200, None)
    assert key.at(5) == said(key, "ends in 5 days")
    assert key.at(-1) == said(key, "ends in 5 days", "has expired")
    house.boss.api.must("PATCH", house.path + "/policy", {"personal_tokens_enabled": False})
    house.boss.api.must("PATCH", house.path + "/policy", {"personal_tokens_enabled": True})
    assert house.ask(key.token) == (401, "expired"), "switched on again it has still expired"
    key.delete()


def test_a_service_that_was_away_tells_the_latest_only(house):
    """Off for the whole of three reminders: then it says what is so now, not what would have been said."""
    key = Key(house, "provider", 90)
    house.stack.service.stop()
    house.clock.move_to(key.ends - 0.9 * DAY)
    house.stack.service.start()
    house.stack.wait_ready()
    house.settle()
    assert house.letters(key.name) == said(key, "ends in 1 day")
    key.delete()


def test_months_of_a_machine_are_of_the_calendar(house):
    """Made on the 31st of August it lives for half a year: until the last of February."""
    year = int(text_of(house.clock.now)[:4]) + 1
    house.clock.move_to(seconds(f"{year}-08-31T12:00:00Z"))
    made = house.boss.api.must("POST", house.path + "/machines", {"name": "halfyear", "expires_in": "6mo"})
    leap = (year + 1) % 4 == 0
    assert made["key"]["expires_at"][:10] == f"{year + 1}-02-{29 if leap else 28}"
    house.clock.move_to(seconds(made["key"]["expires_at"]) - 20)
    assert house.ask(made["token"]) == (200, None)
    house.clock.move_to(seconds(made["key"]["expires_at"]))
    assert house.ask(made["token"]) == (401, "expired")


def test_a_bare_date_is_the_whole_day(house):
    """The leap day, too."""
    year = int(text_of(house.clock.now)[:4]) // 4 * 4 + 4
    house.clock.move_to(seconds(f"{year}-02-28T22:00:00Z"))
    key = house.boss.api.must("POST", house.path + "/keys", {"kind": "organization", "name": "leap", "permission": "read",
                                                             "expires_at": f"{year}-02-29"})
    assert key["expires_at"] == f"{year}-02-29T23:59:59Z"
    house.clock.move_to(seconds(f"{year}-02-29T23:59:30Z"))
    assert house.ask(key["token"]) == (200, None)
    house.clock.move_to(seconds(f"{year}-03-01T00:00:00Z"))
    assert house.ask(key["token"]) == (401, "expired")


def test_every_chain_of_all_these_years_is_whole(house):
    house.stack.service.must("audit", "verify")
    assert house.log("audit_chain_broken") == [] and house.log("upkeep_failed") == []
