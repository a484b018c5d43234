"""How often a key was used on each day: every way of using it once, no use twice, and none lost with a process
that is killed or a stop.  And how many keys there are, as the lists say."""

import datetime
import os
import secrets
import signal
import time

import pytest

from api_kit import ask, fresh_stack
from conftest import Api
from process import wait_until
from test_last_used import LONG, Locked, Place, failures

PATIENCE = 60  # seconds until what must come has come


class Used(Place):
    """Where uses are counted."""

    def days(self, key, by=None):
        return (by or self.org.admin).must("GET", f"{self.org.path}/keys/{key['id']}/use")["days"]

    def count(self, key):
        return sum(day["count"] for day in self.days(key))

    def counted(self, key, n):
        """It comes to this number, and no further."""
        wait_until(lambda: self.count(key) >= n, PATIENCE, f"{n} uses", self.stack.service.process.log)
        assert self.count(key) == n

    def put_day(self, key, ago, uses):
        with self.db.cursor() as cursor:
            cursor.execute("INSERT INTO key_use_day VALUES (%s, %s, %s, %s)",
                           (self.org.id, key["id"], int(time.time()) // 86400 - ago, uses))


@pytest.fixture
def place(new_stack):
    place = Used(new_stack, remembers=True)
    yield place
    place.db.close()


def use(place, key, n):
    for _ in range(n):
        place.use(key)


def test_every_way_of_using_it_is_a_use(new_stack):
    stack, _, world = fresh_stack(new_stack, remembers=True)
    admin, base = world.admin, stack.web.base_url
    path = f"/v1/organizations/{world.ORG}"
    new = lambda **wish: admin.must("POST", path + "/keys", {  # noqa: E731
        "kind": "organization", "name": secrets.token_hex(5), "permission": "read", **wish})
    asker, told = new(), new()
    for _ in range(3):
        assert ask(base, "GET", "/v1/self", told["token"]).status == 200
    # What it may not do is a use as well: it was presented, right and alive.
    assert ask(base, "POST", path + "/teams", told["token"], '{"name": "x"}', "application/json").status == 403
    # An application asks about it: a use of both.
    asking = Api(base, asker["token"])
    assert asking.must("POST", "/v1/verify", {"token": told["token"], "action": "read"})["allowed"]
    # The authorizer, and its refusal, which asks again about the same request.
    protected = stack.web.protected_url
    assert ask(protected, "GET", f"/org/{world.ORG}/x", told["token"]).status == 200
    assert ask(protected, "POST", f"/org/{world.ORG}/x", told["token"], "{}", "application/json").status == 403

    def count(key):
        return sum(day["count"] for day in admin.must("GET", f"{path}/keys/{key['id']}/use")["days"])

    wait_until(lambda: count(told) >= 7 and count(asker) >= 1, PATIENCE, "the uses", stack.service.process.log)
    stack.service.restart()
    assert count(told) == 7 and count(asker) == 1


def test_thirty_days_with_today(place):
    key = place.add_key()
    for ago, uses in ((0, 5), (1, 7), (29, 11), (30, 1000)):
        place.put_day(key, ago, uses)
    days = place.days(key)
    today = datetime.datetime.now(datetime.timezone.utc).date()
    assert [day["day"] for day in days] == [str(today - datetime.timedelta(n)) for n in range(29, -1, -1)]
    assert [day["count"] for day in days] == [11] + 27 * [0] + [7, 5]


def test_days_that_nobody_sees_are_forgotten(place):
    key = place.add_key()
    for ago in (0, 29, 31, 300):
        place.put_day(key, ago, 1)

    def left():
        with place.db.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM key_use_day WHERE key_id = %s", (key["id"],))
            return cursor.fetchone()[0]

    place.stack.service.restart()
    wait_until(lambda: left() == 2, PATIENCE, "old days are gone", place.stack.service.process.log)
    assert place.count(key) == 2


def test_who_sees_it(place):
    ada, _ = place.org.add_member()
    bob, _ = place.org.add_member()
    key = place.org.add_key("personal", by=ada, expires_in_days=30)
    path = f"{place.org.path}/keys/{key['id']}/use"
    assert ada.get(path).status_code == 200 and place.org.admin.get(path).status_code == 200
    assert bob.get(path).status_code == 404
    assert ada.get(f"{place.org.path}/keys/key_none/use").status_code == 404
    assert ask(place.base, "GET", path, key["token"]).status == 403, "by session only"
    assert ada.delete(f"{place.org.path}/keys/{key['id']}").status_code == 204
    assert ada.get(path).status_code == 404, "with its key"


def test_no_use_is_lost_or_doubled_by_a_restart(place):
    keys = [place.add_key() for _ in range(5)]
    for turn in range(2):
        for n, key in enumerate(keys):
            use(place, key, n + 1)
        place.stack.service.restart()
        for n, key in enumerate(keys):
            assert place.count(key) == (turn + 1) * (n + 1)


def test_whoever_is_killed(place):
    """The workers, the keeper while it cannot write, and then the master."""
    key, service = place.add_key(), place.stack.service
    place.counted(key, 0)
    use(place, key, 3)
    place.counted(key, 3)
    locked = Locked(place, key)
    before = failures(place)
    use(place, key, 4)
    for role in ("app", "gate"):
        for pid in service.workers(role):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: failures(place) > before, PATIENCE, "a failure", service.process.log)
    wait_until(lambda: ask(place.base, "GET", "/v1/self", key["token"]).status == 200, PATIENCE, "new workers")
    service.kill()
    locked.release()
    service.start()
    place.counted(key, 8)


def test_keys_that_are_not_remembered(place, new_stack):
    """Too large to be remembered whole; pushed out of the memory; or there is none."""
    large = place.add_key(allowed_ips=["127.0.0.1", *LONG])
    use(place, large, 3)
    place.counted(large, 3)
    place = Used(new_stack, remembers=False)
    key = place.add_key()
    use(place, key, 2)
    assert place.count(key) == 2
    place.db.close()
    place = Used(new_stack, remembers=True, settings={"keys": {"remembered": 64}})
    keys = [place.add_key() for _ in range(150)]
    for key in keys + keys[::2]:
        place.use(key)
    place.stack.service.restart()
    assert [place.count(key) for key in keys] == 75 * [2, 1]
    place.db.close()


def test_a_census_is_what_the_lists_say(place):
    org, admin = place.org, place.org.admin
    member, _ = org.add_member()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    ended = place.add_key()
    place.add_key(expires_at=soon)
    org.add_key("provider", by=member, scopes=["read"])
    gone = org.add_key("personal", by=member, expires_in_days=30)
    org.add_key("personal", by=member, expires_in_days=30)
    org.add_machine()
    for by, key in ((admin, ended), (member, gone)):
        assert by.delete(f"{org.path}/keys/{key['id']}").status_code == 204
    census = {row["kind"]: row for row in admin.must("GET", org.path + "/census")["keys"]}
    assert set(census) == {"personal", "machine", "organization", "provider", "space"}
    for kind, row in census.items():
        for state in ("active", "expired", "revoked"):
            listed = admin.must("GET", f"{org.path}/keys?limit=200&kind={kind}&state={state}")["items"]
            assert row[state] == len(listed), (kind, state)
    assert census["organization"]["expiring"] == {"1d": 1, "7d": 1, "30d": 1}
    assert census["personal"]["expiring"] == {"1d": 0, "7d": 0, "30d": 1}
    assert member.get(org.path + "/census").status_code == 403
