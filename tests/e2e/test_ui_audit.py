"""The page of what happened: by names, with filters, piece by piece; and that every act has its words."""

import re
from urllib.parse import urlencode

import pytest

from conftest import TOP
from ui_kit import Browser, api, stack, world  # noqa: F401


@pytest.fixture
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


@pytest.fixture
def get(admin, org):
    return lambda **query: admin.get("/settings/audit?" + urlencode({"org": org.id, **query}))


def rows(page):
    return [r for r in page.rows if "name" in r]


def test_events_are_told_by_names(admin, get, org):
    org.admin.must("POST", org.path + "/teams", {"name": "Audited & <told>"})
    org.add_machine(name="teller")
    gone = org.admin.must("POST", org.path + "/teams", {"name": "Gone"})["id"]
    org.admin.must("DELETE", f"{org.path}/teams/{gone}")
    page = get()
    made = next(r for r in rows(page) if "Audited & <told>" in r.get("To", ""))
    me = org.admin.must("GET", "/v1/self")["name"]
    assert made["name"] == "Team made" and made["By"].startswith(me)
    assert admin.get(page.link("Audited & <told>")).headings[0][1] == "Audited & <told>"
    # What is gone is told by its id.
    assert any(gone in r.get("To", "") for r in rows(page) if r["name"] == "Team deleted")
    assert "teller" in page.text and '"name"' in page.html.replace("&quot;", '"')


def test_events_are_filtered(admin, get, org):
    member, member_id = org.add_member(name="Second")
    key = member.must("POST", org.path + "/keys", {"kind": "personal", "name": "theirs", "expires_in_days": 30})
    org.admin.must("POST", org.path + "/teams", {"name": "T"})
    assert {r["name"] for r in rows(get(action="team.create"))} == {"Team made"}
    theirs = get(actor=member_id)
    assert rows(theirs) and all(r["By"].startswith("Second") for r in rows(theirs))
    assert "Key made" in {r["name"] for r in rows(theirs)}
    form = theirs.forms[0]
    assert form.get("actor") == member_id and form.method == "get"
    only = get().link("Only these: Second")
    assert {r["name"] for r in rows(admin.get(only))} == {r["name"] for r in rows(theirs)}
    assert rows(get(since="2099-01-01")) == [] and rows(get(since="2020-01-01"))
    assert rows(get(key=key["id"])) == []
    nobody = get(actor="usr_doesnotexist")
    assert nobody.status == 200 and rows(nobody) == [] and nobody.forms[0].get("actor") == "usr_doesnotexist"
    for wish, said in (({"since": "yesterday"}, "Enter a date"), ({"action": "x.y"}, "Choose what happened")):
        page = get(**wish)
        assert page.status == 422 and said in page.trouble and rows(page)
    assert get(before="x").status == 400


def test_events_are_read_piece_by_piece(admin, get, org):
    for n in range(55):
        org.admin.must("POST", org.path + "/teams", {"name": f"team {n}"})
    first = get(action="team.create")
    assert len(rows(first)) == 50
    second = admin.get(first.link("Next page"))
    told = [r["To"].split(" Details")[0] for r in rows(first) + rows(second)]
    assert told == [f"team {n}" for n in range(54, -1, -1)]


def test_every_act_has_its_words():
    acts = set(re.findall(r'^ACT\(\w+,\s*"([^"]+)"', (TOP / "include/core/acts.def").read_text(), re.M))
    told = set(re.findall(r'^ACTED\("([^"]+)"', (TOP / "src/ui/acts.def").read_text(), re.M))
    assert told == acts
