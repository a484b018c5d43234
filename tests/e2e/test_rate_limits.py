"""The rate limit of a key: so many requests in so many seconds, over all processes of the host.

The limits here are so slow that nothing comes back while a test runs, or so fast that it may wait for it.
"""

import collections
import concurrent.futures
import os
import re
import signal
import time

import pytest

from api_kit import (ask, base_url, check_schema, counted, fresh_stack, home, is_refused,  # noqa: F401
                     openapi, without_request_id)
from process import wait_until
from world import Client

SLOW = 86400    # seconds
NAMES = ("RateLimit-Policy", "RateLimit")


def limit(requests, seconds=SLOW):
    return {"requests": requests, "seconds": seconds}


def add(org, requests, seconds=SLOW, kind="personal", **wish):
    wish = wish or {"personal": {"expires_in_days": 30}, "organization": {"permission": "read"}}[kind]
    return org.add_key(kind, rate_limit=limit(requests, seconds), **wish)


def use(base_url, token, path="/v1/self"):
    return ask(base_url, "GET", path, token)


def statuses(base_url, token, times):
    return [use(base_url, token).status for _ in range(times)]


def remaining(answer):
    """r and t of the header, whose form is that of the draft."""
    match = re.fullmatch(r'"key";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert match, answer.headers["RateLimit"]
    return int(match[1]), int(match[2])


# --- the count ---

def test_so_many_and_not_one_more(base_url, org):
    key = add(org, 3)
    for left in (2, 1, 0):
        answer = use(base_url, key["token"])
        assert answer.status == 200
        assert answer.headers["RateLimit-Policy"] == '"key";q=3;w=86400'
        assert remaining(answer)[0] == left and 0 < remaining(answer)[1] <= SLOW
    refused = counted(base_url, "claviger_rate_limited_total")
    answer = use(base_url, key["token"])
    is_refused(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= SLOW // 3
    assert answer.headers["RateLimit-Policy"] == '"key";q=3;w=86400' and remaining(answer)[0] == 0
    assert counted(base_url, "claviger_rate_limited_total") == refused + 1


def test_all_processes_count_together(base_url, org):
    key = add(org, 20)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: use(base_url, key["token"]).status, range(60)))
    assert sorted(set(seen)) == [200, 429] and seen.count(200) == 20


def test_what_was_used_comes_back(base_url, org):
    """After what Retry-After says there is one more, and not more than that for the time that passed."""
    key = add(org, 2, 4)
    assert statuses(base_url, key["token"], 2) == [200, 200]
    answer = use(base_url, key["token"])
    assert answer.status == 429
    time.sleep(int(answer.headers["Retry-After"]))
    assert use(base_url, key["token"]).status == 200


def test_a_refusal_that_is_the_keys_is_counted(base_url, org):
    """403, 404, and what is wrong in a body; a text that authenticates nobody is not."""
    key = add(org, 4)
    dead = key["token"][:-1] + ("a" if key["token"][-1] != "a" else "b")
    assert use(base_url, dead).status == 401
    answers = [ask(base_url, "GET", f"{org.path}/keys", key["token"]),
               use(base_url, key["token"], "/v1/organizations/org_00000000000000000000"),
               ask(base_url, "PATCH", org.path, key["token"], "{", "application/json"),
               use(base_url, key["token"])]
    assert [a.status for a in answers] == [403, 404, 400, 200]
    assert [remaining(a)[0] for a in answers] == [3, 2, 1, 0]
    assert use(base_url, key["token"]).status == 429


def test_keys_without_a_limit_are_told_of_none(base_url, org):
    token = org.add_key("personal", expires_in_days=30)["token"]
    for answer in (use(base_url, token), ask(base_url, "GET", "/v1/self", org.admin.token)):
        assert answer.status == 200 and not [n for n in NAMES if n in answer.headers]


def test_it_is_over_before_the_organization_is_looked_for(base_url, org):
    """Nothing is told to a key beyond its limit: the same answer for what is there and what is not."""
    key = add(org, 1)
    assert use(base_url, key["token"]).status == 200
    answers = [use(base_url, key["token"], path)
               for path in (org.path, "/v1/organizations/org_00000000000000000000", "/v1/organizations/-")]
    assert len({without_request_id(a) for a in answers}) == 1 and answers[0].status == 429


def test_last_use_is_also_one_that_was_refused_for_the_limit(stack, org, base_url, db):
    key = add(org, 1)
    assert statuses(base_url, key["token"], 2) == [200, 429]

    def last_used():
        return org.admin.must("GET", f"{org.path}/keys/{key['id']}")["last_used_at"]
    wait_until(last_used, 60, "the use is told")


def test_a_leaked_key_may_be_ended_beyond_its_limit(base_url, org):
    key = add(org, 1)
    assert statuses(base_url, key["token"], 2) == [200, 429]
    answer = ask(base_url, "POST", "/oauth/revoke", None, "token=" + key["token"],
                 "application/x-www-form-urlencoded")
    assert answer.status == 200
    is_refused(use(base_url, key["token"]), 401, "revoked")


# --- setting it ---

KINDS = {"personal": {"expires_in_days": 30}, "organization": {"permission": "read"},
         "provider": {"scopes": ["read"]}, "space": {"scopes": ["read"], "expires_at": "2099-12-31"}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_may_have_one(base_url, openapi, org, kind):
    key = org.add_key(kind, rate_limit=limit(2), **KINDS[kind])
    assert key["rate_limit"] == limit(2)
    assert use(base_url, key["token"]).json()["key"]["rate_limit"] == limit(2)
    where = f"{org.path}/keys/{key['id']}"
    assert org.admin.must("GET", where)["rate_limit"] == limit(2)
    check_schema(openapi, {"$ref": "#/components/schemas/Key"}, org.admin.must("GET", where))
    assert statuses(base_url, key["token"], 2) == [200, 429]
    # Another limit holds at once, and begins whole; so does none, and what is not named stays.
    assert org.admin.must("PATCH", where, {"rate_limit": limit(3)})["rate_limit"] == limit(3)
    assert statuses(base_url, key["token"], 4) == [200, 200, 200, 429]
    assert org.admin.must("PATCH", where, {"description": "x"})["rate_limit"] == limit(3)
    assert use(base_url, key["token"]).status == 429
    assert org.admin.must("PATCH", where, {"rate_limit": None})["rate_limit"] is None
    assert statuses(base_url, key["token"], 5) == [200] * 5
    assert org.add_key(kind, **KINDS[kind])["rate_limit"] is None


def test_a_machines(base_url, openapi, org):
    made = org.add_machine(rate_limit=limit(2))
    assert made["machine"]["rate_limit"] == made["key"]["rate_limit"] == limit(2)
    check_schema(openapi, {"$ref": "#/components/schemas/MintedMachine"}, made)
    assert statuses(base_url, made["token"], 3) == [200, 200, 429]
    machine = f"{org.path}/machines/{made['machine']['id']}"
    changed = org.admin.must("PATCH", machine, {"name": "Robot", "rate_limit": limit(1)})
    assert changed["rate_limit"] == limit(1) and changed["name"] == "Robot"
    assert statuses(base_url, made["token"], 2) == [200, 429]
    # A new text of the same key has the same limit, and what was used of it.
    token = org.admin.must("POST", machine + "/key", {"expires_in": "30d"})["token"]
    assert use(base_url, token).status == 429
    changed = org.admin.must("PATCH", f"{org.path}/keys/{made['key']['id']}", {"rate_limit": limit(5)})
    assert changed["rate_limit"] == org.admin.must("GET", machine)["rate_limit"] == limit(5)
    # Without a key there is nothing to limit.
    ask(base_url, "POST", "/oauth/revoke", None, "token=" + token, "application/x-www-form-urlencoded")
    answer = org.admin.patch(machine, {"rate_limit": limit(5)})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert org.admin.must("GET", machine)["rate_limit"] is None


@pytest.mark.parametrize("wish, code, field", [
    ({}, "missing_field", "requests"), ({"requests": 1}, "missing_field", "seconds"),
    ({"requests": 0, "seconds": 1}, "bad_field", "requests"),
    ({"requests": 1000001, "seconds": 1}, "bad_field", "requests"),
    ({"requests": 1, "seconds": 86401}, "bad_field", "seconds"),
    ({"requests": 1.5, "seconds": 1}, "bad_field", "requests"),
    ({"requests": "1", "seconds": 1}, "bad_field", "requests"),
    ({"requests": 1, "seconds": 1, "burst": 1}, "unknown_field", "burst"),
    ([1, 1], "bad_field", "rate_limit"), (5, "bad_field", "rate_limit"),
])
def test_what_is_no_limit(org, wish, code, field):
    key = org.add_key("personal", expires_in_days=30)
    for answer in (org.admin.post(org.path + "/keys", {"kind": "personal", "name": "x", "expires_in_days": 30,
                                                       "rate_limit": wish}),
                   org.admin.patch(f"{org.path}/keys/{key['id']}", {"rate_limit": wish})):
        body = answer.json()
        assert (answer.status_code, body["code"], body["field"]) == (422, code, field), body
    assert org.admin.must("GET", f"{org.path}/keys/{key['id']}")["rate_limit"] is None


def test_the_audit_has_it(org):
    key = add(org, 7, 60)
    org.admin.must("PATCH", f"{org.path}/keys/{key['id']}", {"rate_limit": None})
    events = org.admin.must("GET", f"{org.path}/audit?limit=2")["items"]
    assert [e["action"] for e in events] == ["key.change", "key.create"]
    assert events[0]["before"]["rate_limit"] == events[1]["after"]["rate_limit"] == limit(7, 60)
    assert events[0]["after"]["rate_limit"] is None


# --- verdicts ---

def verify(base_url, asker, token, **more):
    body = {"token": token, "action": "read", **more}
    return Client(base_url, asker).ask("POST", "/v1/verify", body)


def test_a_verdict_is_a_request_of_the_presented_key(base_url, openapi, org):
    asker, key = add(org, 5, kind="organization"), add(org, 2)
    seen = [verify(base_url, asker["token"], key["token"]) for _ in range(3)]
    for answer in seen:
        check_schema(openapi, {"$ref": "#/components/schemas/Verdict"}, answer.json())
    told = [answer.json() for answer in seen]
    assert [(t["active"], t["allowed"], t["code"]) for t in told] == \
        [(True, True, "ok"), (True, True, "ok"), (True, False, "rate_limited")]
    assert [t["rate_limit"]["remaining"] for t in told] == [1, 0, 0]
    assert told[2]["rate_limit"]["retry_after"] > 0 and "retry_after" not in told[1]["rate_limit"]
    # The headers are the asker's, whose own requests these were.
    assert [remaining(answer)[0] for answer in seen] == [4, 3, 2]
    # And the key has none left at the other doors.
    assert use(base_url, key["token"]).status == 429


def test_a_verdict_that_is_a_denial_counts_and_one_that_tells_nothing_does_not(base_url, world, org):
    asker = org.add_key("organization", permission="read")["token"]
    stranger = world.other.must("POST", f"/v1/organizations/{world.OTHER_ORG}/keys",
                                {"kind": "organization", "name": "asks", "permission": "read"})["token"]
    key = add(org, 2, kind="organization")
    for _ in range(3):
        assert verify(base_url, stranger, key["token"]).json() == \
            {"active": False, "allowed": False, "code": "unknown"}
    assert verify(base_url, asker, key["token"], action="admin").json()["code"] == "scope"
    assert verify(base_url, asker, key["token"]).json()["code"] == "ok"
    assert verify(base_url, asker, key["token"]).json()["code"] == "rate_limited"
    # Whether a key is alive is no use of it.
    answer = ask(base_url, "POST", "/oauth/introspect", asker, "token=" + key["token"],
                 "application/x-www-form-urlencoded")
    assert answer.json()["active"] is True


# --- the authorizer ---

def test_the_application_is_closed_beyond_it(web, api, org):
    """Through each web server: the requests that the limit has, and then a refusal that says when."""
    token = add(org, 3, kind="organization")["token"]
    application = api.using(token).at(web.protected_url)
    for _ in range(3):
        assert application.get(f"/org/{org.id}/x").status_code == 200
    answer = application.get(f"/org/{org.id}/x")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= SLOW
    assert answer.headers["ratelimit-policy"] == '"key";q=3;w=86400'
    assert answer.headers["ratelimit"].startswith('"key";r=0;t=')


def test_one_request_is_one_also_where_it_is_denied(web, api, org):
    """nginx asks, and then wants the refusal written: that is one request."""
    token = add(org, 4, kind="organization")["token"]
    application = api.using(token).at(web.protected_url)
    for left in (3, 2, 1):
        answer = application.put(f"/org/{org.id}/x")
        assert (answer.status_code, answer.json()["code"]) == (403, "scope")
        assert remaining(answer)[0] == left
    assert application.get(f"/org/{org.id}/x").status_code == 200
    assert application.get(f"/org/{org.id}/x").status_code == 429
    # Another reason for the refusal goes before it at nginx, which asks twice.
    answer = application.put(f"/org/{org.id}/x")
    assert (answer.status_code, answer.json()["code"]) == \
        ((403, "scope") if type(web).__name__ == "Nginx" else (429, "rate_limited"))


def test_a_refusal_for_the_limit_stays_one_when_there_is_room_again(web, org):
    """At a pace of ten a second there may be room again before nginx asks for its refusal."""
    token = add(org, 10, 1, kind="organization")["token"]
    seen = collections.Counter()

    def use_it(_):
        answer = use(web.protected_url, token, f"/org/{org.id}/x")
        return answer.status, None if answer.status == 200 else answer.code

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        while seen[429, "rate_limited"] < 100:
            seen.update(pool.map(use_it, range(40)))
            assert set(seen) <= {(200, None), (429, "rate_limited")}, seen


# --- processes, and the installation's own ---

@pytest.fixture(scope="module")
def limited(new_stack_session):
    """A stack where keys without a limit of their own have one."""
    made = []

    def start(**wish):
        made.append(new_stack_session(**wish))
        return made[0].start()

    yield fresh_stack(start, settings={"limits": {"key_requests": "4", "key_seconds": str(SLOW)}})
    assert made[0].stop() == []


def test_the_installations_limit_is_for_keys_without_one(limited):
    stack, api, world = limited
    where = f"/v1/organizations/{world.ORG}/keys"
    wish = {"kind": "organization", "name": "x", "permission": "read"}
    plain, own = (world.admin.must("POST", where, {**wish, **more}) for more in ({}, {"rate_limit": limit(2)}))
    assert plain["rate_limit"] is None
    assert statuses(api.base_url, plain["token"], 5) == [200] * 4 + [429]
    assert use(api.base_url, plain["token"]).headers["RateLimit-Policy"] == '"key";q=4;w=86400'
    assert statuses(api.base_url, own["token"], 3) == [200] * 2 + [429]
    assert statuses(api.base_url, world.admin.token, 6) == [200] * 6


def test_the_count_outlives_workers(limited):
    """All of them, and a reload; a restart of the service begins anew."""
    stack, api, world = limited
    key = world.admin.must("POST", f"/v1/organizations/{world.ORG}/keys",
                           {"kind": "organization", "name": "x", "permission": "read", "rate_limit": limit(2)})
    assert statuses(api.base_url, key["token"], 3) == [200, 200, 429]
    for worker in stack.service.workers():
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: use(api.base_url, key["token"]).status == 429, 30, "the next workers answer")
    stack.service.reload()
    assert statuses(api.base_url, key["token"], 8) == [429] * 8
