"""exact_changes.py: every kind of change that takes something away, as a series of rounds.

Each function is a generator: it yields what is asked and the change that ends it, is sent the change's
answer (None where it was lost), and puts things back before the next round.
"""

import pytest

import world as worlds
from exact_kit import Ask, Round


def end_of(place, key):
    return place.change("DELETE", f"/keys/{key['id']}")


# --- keys ---

def revoke(place):
    while True:
        key = place.add_key("organization", permission="read")
        yield Round(place.alive(key["token"], key["id"]), end_of(place, key))


def delete(place):
    while True:
        key = place.personal()
        yield Round(place.alive(key["token"], key["id"]), end_of(place, key))


def kill_by_text(place):
    while True:
        key = place.personal()
        yield Round(place.alive(key["token"], key["id"]),
                    Ask("POST", "/oauth/revoke", "", "token=" + key["token"]))


def revoke_by_command(place):
    while True:
        key = place.personal()
        yield Round(place.alive(key["token"], key["id"]),
                    lambda key=key: place.stack.service.must("key", "revoke", place.id, key["id"]))


def revoke_many(place):
    while True:
        key = place.personal()
        yield Round(place.alive(key["token"], key["id"]),
                    place.change("POST", "/keys/revoke", {"search": key["name"]}))


def refresh(place):
    """The old text; the key goes on with another."""
    made = None
    while True:
        key = made or place.add_key("space", place.admin, scopes=["full"], expires_at="2099-12-31")
        made = yield Round(place.alive(key["token"]),
                           place.change("POST", f"/keys/{key['id']}/refresh", {}))


def end_old_text(place):
    """Of a key that was rotated: the new text goes on."""
    key = place.add_key("organization", permission="read")
    while True:
        token = key["token"]
        key = {**key, **place.must("POST", f"/keys/{key['id']}/rotate", {"grace": 3600})}
        yield Round(place.alive(token), place.change("DELETE", f"/keys/{key['id']}/rotate"))


def rotate(place):
    """Without grace: the old text is dead when the new one is there."""
    made = None
    while True:
        key = made or place.add_key("organization", permission="read")
        made = yield Round(place.alive(key["token"]), place.change("POST", f"/keys/{key['id']}/rotate", {"grace": 0}))


def revoke_rotating(place):
    """A key that has two texts: of the old one."""
    while True:
        key = place.add_key("organization", permission="read")
        place.must("POST", f"/keys/{key['id']}/rotate", {"grace": 3600})
        yield Round(place.alive(key["token"], key["id"]), end_of(place, key))


def kill_old_text_by_text(place):
    while True:
        key = place.add_key("organization", permission="read")
        place.must("POST", f"/keys/{key['id']}/rotate", {"grace": 3600})
        yield Round(place.alive(key["token"]), Ask("POST", "/oauth/revoke", "", "token=" + key["token"]))


# --- machines ---

def regenerate(place):
    machine, token = place.add_machine()
    source = place.source()
    place.grant(source, machine, "member")
    while True:
        made = yield Round(place.alive(token, source=source),
                           place.change("POST", f"/machines/{machine}/key", {"expires_in": "30d"}))
        token = made["token"]


def delete_machine(place):
    source = place.source()
    while True:
        machine, token = place.add_machine()
        place.grant(source, machine, "member")
        yield Round(place.alive(token, source=source), place.change("DELETE", f"/machines/{machine}"))


def take_machine_off(place):
    machine, token = place.add_machine()
    source = place.source()
    where = f"/machines/{machine}/sources/{source}"
    while True:
        place.must("PUT", where, {"role": "member"})
        yield Round(place.about(token, "read", source, f"/sources/{source}/x"), place.change("DELETE", where))


def machine_leaves_team(place):
    machine, token = place.add_machine()
    source, team = place.source(), place.add_team()
    place.grant(source, team, "member")
    where = f"/machines/{machine}/teams/{team}"
    while True:
        place.must("PUT", where)
        yield Round(place.about(token, "read", source, f"/sources/{source}/x"), place.change("DELETE", where))


# --- people ---

def toggle(place):
    """In an organization of its own, which is left without personal keys."""
    place = place.neighbour()
    key = place.personal()
    while True:
        place.must("PATCH", "/policy", {"personal_tokens_enabled": True})
        yield Round(place.alive(key["token"], key["id"]),
                    place.change("PATCH", "/policy", {"personal_tokens_enabled": False}))


def leave(place):
    user, email, session = place.add_member()
    while True:
        key = place.personal(session)
        yield Round(place.alive(key["token"], key["id"]), place.change("DELETE", f"/members/{user}"))
        place.must("POST", "/members", {"email": email, "role": "member"})


def demote(place):
    """From admin: on the organization a member may still read and write."""
    user, _, session = place.add_member("admin")
    key = place.personal(session)
    members = Ask("GET", place.path + "/members", key["token"], found=1)
    while True:
        yield Round(place.about(key["token"], "admin", place.id, own=members, key=key["id"]),
                    place.change("PATCH", f"/members/{user}", {"role": "member"}))
        place.must("PATCH", f"/members/{user}", {"role": "admin"})


def log_out(place):
    """A session, which is never remembered."""
    while True:
        token = place.founder.log_in(place.founder.email, place.founder.password)
        yield Round(place.of_session(token), Ask("DELETE", "/v1/session", token))


def delete_organization(place):
    here = place
    while True:
        place = here.neighbour()
        key = place.add_key("organization", permission="read")
        yield Round(place.alive(key["token"]), place.change("DELETE", ""))


# --- things and roles on them ---

def about_source(place, key, source, action="read"):
    own = Ask("GET", f"{place.path}/resources/{source}", key["token"], found=1) if action == "read" else None
    return place.about(key["token"], action, source, f"/sources/{source}/x", own, key["id"])


def remove_grant(place):
    key, source = place.personal(), place.source()
    while True:
        place.grant(source, place.user, "member")
        yield Round(about_source(place, key, source),
                    place.change("DELETE", f"/resources/{source}/grants/{place.user}"))


def remove_everyones_grant(place):
    key, source = place.personal(), place.source()
    while True:
        place.grant(source, "everyone", "member")
        yield Round(about_source(place, key, source),
                    place.change("DELETE", f"/resources/{source}/grants/everyone"))


def lower_role(place):
    key, source = place.personal(), place.source()
    while True:
        place.grant(source, place.user, "editor")
        yield Round(about_source(place, key, source, "write"),
                    place.change("PUT", f"/resources/{source}/grants/{place.user}", {"role": "member"}))


def delete_resource(place):
    key = place.personal()
    while True:
        source = place.source()
        place.grant(source, place.user, "member")
        yield Round(about_source(place, key, source), place.change("DELETE", f"/resources/{source}"))


def delete_under_level(place):
    """Of a key that has its level on all that the organization has."""
    key = place.add_key("organization", permission="read")
    while True:
        source = place.source()
        yield Round(about_source(place, key, source), place.change("DELETE", f"/resources/{source}"))


def delete_parent(place):
    """A space with a base with a table, which is asked about."""
    key = place.personal()
    while True:
        space = place.add_resource("space", place.member)
        base = place.add_resource("base", place.member, parent=space)
        table = place.add_resource("table", place.member, parent=base)
        yield Round(place.about(key["token"], "read", table, f"/api/table/{table}/record", key=key["id"]),
                    place.change("DELETE", f"/resources/{space}", by=place.member))


def leave_team(place):
    key, source, team = place.personal(), place.source(), place.add_team()
    place.grant(source, team, "member")
    where = f"/teams/{team}/members/{place.user}"
    while True:
        place.must("PUT", where)
        yield Round(about_source(place, key, source), place.change("DELETE", where))


def delete_team(place):
    key, source = place.personal(), place.source()
    while True:
        team = place.add_team(place.user)
        place.grant(source, team, "member")
        yield Round(about_source(place, key, source), place.change("DELETE", f"/teams/{team}"))


def delete_restriction(place):
    """A provider key for one provider alone, which goes."""
    config = {"driver": "local", **worlds.local(place.stack, "archive")}
    while True:
        provider = place.add_resource("provider", config=config)
        key = place.add_key("provider", scopes=["read"],
                            restrictions=[{"provider": provider, "base_path": "/backups"}])
        yield Round(place.about(key["token"], "read", provider, f"/files/{provider}/backups/x", key=key["id"]),
                    place.change("DELETE", f"/resources/{provider}"))
        place.end_key(key)


CHANGES = [revoke, delete, kill_by_text, revoke_by_command, revoke_many, refresh, end_old_text, rotate,
           revoke_rotating, kill_old_text_by_text, regenerate, delete_machine,
           take_machine_off, machine_leaves_team, toggle, leave, demote, log_out, delete_organization,
           remove_grant, remove_everyones_grant, lower_role, delete_resource, delete_under_level,
           delete_parent, leave_team, delete_team, delete_restriction]

each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
