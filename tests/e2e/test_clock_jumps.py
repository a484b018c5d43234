"""The clock is set while the service runs: nothing is said twice, nothing that has ended lives again, and no time
goes back."""

import os
import secrets
import subprocess

import pytest

from clock_kit import DAY, SHIFT, end_house, make_house, seconds, testing, text_of  # noqa: F401
from conftest import check_reports
from host_app import HostApp, claims
from process import wait_until

HOUR = 3600


@pytest.fixture
def house(request, new_stack_session, testing, tmp_path):  # noqa: F811
    """A house of the test's own: once its clock was set it is of no use for another."""
    started, host = [], HostApp(tmp_path)
    try:
        made = make_house(new_stack_session, testing, tmp_path, started, **host.settings(),
                          limits={"throttle_exempt": "", "failed_per_minute": getattr(request, "param", 1000)})
        made.host = host
        yield made
    finally:
        end_house(started)
    check_reports(started[-1])


def personal(house, days=30):
    return house.ada.api.must("POST", house.path + "/keys",
                              {"kind": "personal", "name": secrets.token_hex(5), "expires_in_days": days})


def dated(house, lives):
    """An organization's key that lives for so many seconds."""
    return house.boss.api.must("POST", house.path + "/keys", {
        "kind": "organization", "name": secrets.token_hex(5), "permission": "read",
        "expires_at": text_of(house.clock.now + lives)})


def jwt(house, **wish):
    now = int(house.clock.now)
    return house.host.token(claims("sub-ada", house.ada.email, **{"iat": now, "nbf": now, "exp": now + 600, **wish}))


def last_used(house, key):
    return house.query("SELECT last_used_at FROM api_key WHERE id = %s", key["id"])[0]["last_used_at"]


def use(house, key):
    """Use it, and see when that was written down: soon, but a minute later where one of a moment ago was already."""
    before = last_used(house, key) or 0
    assert house.ask(key["token"]) == (200, None)
    wait_until(lambda: (last_used(house, key) or 0) > before, 70, "the use")
    return last_used(house, key)


def test_a_released_program_has_no_such_clock(program, testing, tmp_path):  # noqa: F811
    """Not even its name; and naming one changes nothing."""
    assert SHIFT.encode() in testing.read_bytes()
    assert SHIFT.encode() not in program.read_bytes()


def test_four_hundred_days_forward(house):
    key, never = personal(house), house.boss.api.must("POST", house.path + "/machines", {"name": "m", "expires_in": "never"})
    never["id"] = never["key"]["id"]
    dead = personal(house)
    house.ada.api.must("DELETE", f"{house.path}/keys/{dead['id']}")
    session, token = house.ada.api.token, jwt(house)
    out = jwt(house, iat=int(house.clock.now) - 1)
    house.api.using(out).must("DELETE", "/v1/session")
    for each in (key["token"], never["token"], session, token):
        assert house.ask(each) == (200, None)
    was = use(house, key)
    sessions = house.query("SELECT id FROM session ORDER BY id")

    house.clock.move(days=400)
    assert house.ask(key["token"]) == house.ask(session) == house.ask(token) == (401, "expired")
    assert house.ask(dead["token"]) == (401, "revoked")
    assert house.ask(never["token"]) == (200, None)
    house.settle()
    assert house.letters(key["name"]) == [(house.ada.email, "has expired")]
    assert last_used(house, key) == was
    # Nothing is forgotten by a time that may be wrong: a session that nobody remembers would be a new one.
    for _ in range(2):  # two turns of the keeper
        use(house, never)
        house.clock.move(seconds=11)
    assert [s for s in sessions if s not in house.query("SELECT id FROM session ORDER BY id")] == []

    # It was wrong.  What has ended by it stays so until the administrator says that the clock is right.
    house.clock.set(0)
    for _ in range(3):
        assert house.ask(key["token"]) == house.ask(session) == (401, "expired")
        assert house.ask(never["token"]) == (200, None)
    wait_until(lambda: house.log("clock_went_back"), 10, "told")
    assert abs(int(house.log("clock_went_back")[0]["seconds"]) - 400 * DAY) < 60
    text = house.api.get("/metrics").text
    assert f"claviger_clock_ahead_seconds {400 * DAY}"[:-3] in text
    house.stack.service.reload()
    wait_until(lambda: house.log("reloaded"), 20, "reloaded")
    wait_until(lambda: house.ask(key["token"]) == (200, None), 10, "it is not over")
    assert house.ask(session) == house.ask(token) == house.ask(never["token"]) == (200, None)
    assert house.ask(out)[0] == 401, "a token that was ended stays ended"
    assert house.ask(dead["token"]) == (401, "revoked")
    # What was said is not said again, until it is so; and what was not said is, in time.
    house.settle()
    assert house.letters(key["name"]) == [(house.ada.email, "has expired")]
    house.clock.move_to(seconds(key["expires_at"]) - 6.9 * DAY)
    house.settle()
    assert house.letters(key["name"])[1:] == [(house.ada.email, "ends in 7 days")]
    house.clock.move_to(seconds(key["expires_at"]) + 60)
    house.settle()
    assert house.letters(key["name"])[2:] == [(house.ada.email, "has expired")], "now it is so"
    house.stack.service.must("audit", "verify")


def test_two_hours_back(house):
    key, short = personal(house), dated(house, HOUR)
    token = jwt(house)
    for each in (key["token"], short["token"], token):
        assert house.ask(each) == (200, None)
    house.clock.move(seconds=HOUR + 5)
    was = use(house, key)
    assert house.ask(short["token"]) == house.ask(token) == (401, "expired")
    session = house.ada.api.token
    house.ada.api.must("DELETE", "/v1/session")
    gone = personal_of(house, "gone")
    house.boss.api.must("DELETE", f"{house.path}/keys/{gone['id']}")

    house.clock.move(hours=-2)
    # Through every worker: whoever asks, it is over.
    for _ in range(12):
        assert house.ask(short["token"]) == house.ask(token) == (401, "expired")
        assert house.ask(gone["token"]) == (401, "revoked")
        assert house.ask(session)[0] == 401
        assert house.ask(key["token"]) == (200, None)
    # What is made now is made after what was made before: no list and no chain goes back.
    made = personal_of(house, "made")
    assert seconds(made["created_at"]) >= seconds(gone["created_at"])
    assert use(house, key) >= was
    events = house.query("SELECT id, at FROM audit WHERE org_id = %s ORDER BY id", house.org)
    assert [e["at"] for e in events] == sorted(e["at"] for e in events)
    wait_until(lambda: house.log("clock_went_back"), 10, "told")

    # A restart takes the time as it is; what was ended stays so, and no last use goes back.
    house.stack.service.restart()
    house.stack.wait_ready()
    assert house.ask(gone["token"]) == (401, "revoked") and house.ask(session)[0] == 401
    assert house.ask(key["token"]) == (200, None)
    house.stack.service.restart()
    house.stack.wait_ready()
    assert last_used(house, key) >= was
    house.stack.service.must("audit", "verify")


def personal_of(house, name):
    """A key of the admin's, who is still logged in."""
    return house.boss.api.must("POST", house.path + "/keys", {"kind": "personal", "name": name, "expires_in_days": 30})


@pytest.mark.parametrize("house", [3], indirect=True, ids=["strict"])
@pytest.mark.parametrize("jump", [{"days": 400}, {"hours": -2}, {"days": -400}, {"seconds": -61}],
                         ids=lambda jump: "{} {}".format(*next((n, v) for v, n in jump.items())))
def test_a_throttle_does_not_stick(house, jump):
    """Who has failed too often waits for the next minute of the service's, however the clock is set."""
    key = dated(house, 500 * DAY)
    wrong = key["token"][:-6] + "xxxxxx"

    def fail():
        while house.ask(wrong)[0] == 401:
            pass
        assert house.ask(key["token"])[0] == 429

    house.clock.move_to(house.clock.now // 60 * 60 + 60 + 50)
    fail()
    house.clock.move(**jump)
    wait_until(lambda: house.ask(key["token"])[0] == 200, 20, "it may again")
    fail()


def test_a_leap_day(house):
    """Days are of 86,400 seconds, months of the calendar, and no second is there twice."""
    house.clock.move_to(seconds("2028-02-28T23:59:50Z"))
    machine = house.boss.api.must("POST", house.path + "/machines", {"name": "year", "expires_in": "1y"})
    key = personal(house)
    house.clock.move_to(seconds("2028-02-29T12:00:00Z"))
    leap = house.boss.api.must("POST", house.path + "/machines", {"name": "leap", "expires_in": "1y"})
    assert seconds(key["expires_at"]) - seconds(key["created_at"]) == 30 * DAY
    assert machine["key"]["expires_at"][:10] == "2029-02-28" == leap["key"]["expires_at"][:10]
    house.clock.move_to(seconds("2029-02-28T11:59:00Z"))
    assert house.ask(machine["token"])[0] == house.ask(leap["token"])[0] == 200
    house.clock.move_to(seconds("2029-02-28T12:01:00Z"))
    assert house.ask(leap["token"]) == (401, "expired") and house.ask(machine["token"])[0] == 200
    house.clock.move_to(seconds("2029-03-01T00:00:00Z"))
    assert house.ask(machine["token"]) == (401, "expired")


def test_commands_take_the_time_of_the_system(house):
    """They are no part of the service; theirs is right as soon as the clock is."""
    house.clock.move(days=400)
    done = subprocess.run([house.stack.service.program, "--config", house.stack.config, "org", "list", "--json"],
                          capture_output=True, text=True, env={**os.environ, **house.stack.service.env})
    assert done.returncode == 0
    house.clock.set(0)
    assert house.stack.service.run("audit", "verify").returncode == 0
