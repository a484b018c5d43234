"""The rows of the five documents that people meet in pages, walked in a real browser through nginx: with
scripts on a wide screen, and without on a narrow one.  What a walk does is in rows/; each of its rows is a
test here."""

import json
import os
import re
import secrets
import subprocess
from pathlib import Path

import pytest

import seed_rows
from conftest import SEEN_SECRETS, Org
from test_ui_browser import CHROMIUM, modules  # noqa: F401
from ui_kit import api, stack, world  # noqa: F401
from world import new_password

WALK = Path(__file__).parent / "rows"
ROWS = sorted({number for path in WALK.glob("*.js")
               for number in re.findall(r'^\t"(\d\.\d+|X\d+)": ', path.read_text(), re.M)})

# Rows without a page, by why they have none.
NO_PAGE = {
    "how a credential is presented and looked at, which pages have no part in":
        "0.1 0.2 0.13 0.25 1.1 1.2 1.10 1.13 2.2 2.6 2.28 3.1 3.8 3.9 3.10 4.1 4.13 4.14 4.20 4.21",
    "what a key may do follows from its owner or its organization, and nobody chooses it":
        "0.11 2.1 2.3 2.30 3.2 4.2",
    "it comes by mail": "0.18 0.19",
    "somebody leaves, and pages show no more than that": "0.26",
    "time passes: tests that shift the clock": "1.23 3.25 3.26",
    "the collections and their address": "2.4 2.5 2.29",
    "how it is stored": "2.14",
    "advice of the manual": "2.31 3.30 4.23",
}


WAYS = {"scripts": {"scripts": True, "width": 1280}, "plain": {"scripts": False, "width": 360}}


class Walk:
    """What the browser said of each row, going each way; both at once."""

    def __init__(self, wish, path):
        path.write_text(json.dumps(wish))
        done = subprocess.run(["node", str(WALK / "walk.js"), str(path)], capture_output=True, text=True,
                              timeout=900)
        self.rows, self.end = {way: {} for way in WAYS}, done.stderr[-2000:]
        for said in map(json.loads, done.stdout.splitlines()):
            if "token" in said:
                SEEN_SECRETS.add(said["token"])
            else:
                self.rows[said["way"]][said["row"]] = said["wrong"]

    def check(self, way, number):
        assert number in self.rows[way], "the walk ended before: " + self.end
        wrong = self.rows[way][number]
        assert wrong is None, wrong


def person(api, org, name, role):  # noqa: F811
    email, password = f"{secrets.token_hex(6)}@test.example", new_password()
    made = org.admin.must("POST", org.path + "/members",
                          {"email": email, "name": name, "role": role, "password": password})
    return {"id": made["id"], "email": email, "password": password, "token": api.log_in(email, password).token}


def furnish(api, world, stack):  # noqa: F811
    """An organization of the walk's own: an admin and a member, and what keys reach."""
    org = Org(api, api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD), "Walk " + secrets.token_hex(3))
    admin, member = person(api, org, "Chief", "admin"), person(api, org, "Mel", "member")
    team = org.admin.must("POST", org.path + "/teams", {"name": "Operations"})["id"]
    root = os.path.join(stack.files, "archive")
    made = {"base": stack.web.base_url, "org": org.id, "admin": admin, "member": member, "root": root}
    for name in ("Handbook", "Ledger", "Notes"):
        made[name.lower()] = org.add_resource("source", name, config={"root": os.path.join(stack.files, "handbook")})
    for name in ("Archive", "Vault"):
        made[name.lower()] = org.add_resource("provider", name, config={"driver": "local", "root": root})
        org.grant(made[name.lower()], member["id"], "editor")
    org.grant(made["ledger"], team, "admin")
    by = api.using(member["token"])
    for space, base, table in (("Plans", "Projects", "table"), ("Drafts", "Sketches", "table2")):
        place = org.add_resource("space", space, by)
        made.setdefault("space", place)
        made[table] = org.add_resource("table", "Tasks", by, parent=org.add_resource("base", base, by, parent=place))
        by.must("POST", f"/api/table/{made[table]}/field", {"name": "Task", "type": "singleLineText"})
    org.add_key("organization", name="made elsewhere", permission="read")
    return made


@pytest.fixture(scope="module")
def walk(modules, stack, world, api, tmp_path_factory):  # noqa: F811
    wish = {"walks": [{**furnish(api, world, stack), "way": way, **how} for way, how in WAYS.items()],
            "modules": str(modules), "chromium": CHROMIUM}
    return Walk(wish, tmp_path_factory.mktemp("walk") / "wish.json")


def row_test(number):
    @pytest.mark.parametrize("way", WAYS)
    def test(walk, way):
        walk.check(way, number)
    return test


for row in ROWS:
    globals()["test_seed_" + row.replace(".", "_")] = row_test(row)


def test_every_row_has_its_walk_or_no_page():
    left_out = " ".join(NO_PAGE.values()).split()
    numbers, known = [n for n in ROWS if n[0] != "X"], seed_rows.rows()
    assert sorted(left_out + numbers) == sorted(known), sorted(set(left_out + numbers) ^ set(known))
    assert {n for n, row in known.items() if row.door == "pages"} <= set(numbers)


@pytest.mark.parametrize("way", WAYS)
def test_a_walk_comes_to_every_row(walk, way):
    assert sorted(walk.rows[way]) == ROWS
