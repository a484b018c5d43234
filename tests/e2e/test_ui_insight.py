"""What people would rather see than read: a key's use by day, the keys of an organization, a verdict step by
step, and what a policy would do before it is saved."""

import secrets
import time

import pymysql
import pytest

from conftest import Org
from ui_kit import Browser, api, stack, world  # noqa: F401


@pytest.fixture
def org(api, admin_session):
    return Org(api, admin_session, "Insight " + secrets.token_hex(3))


@pytest.fixture(scope="module")
def admin_session(api, world):
    return api.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)


@pytest.fixture(scope="module")
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


def page_of(browser, org, path, more=""):
    page = browser.get(f"{path}?org={org.id}{more}")
    assert page.status == 200, page.text
    return page


def put_days(stack, org, key, days):
    today = int(time.time()) // 86400
    with pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, database="claviger",
                         autocommit=True) as db, db.cursor() as cursor:
        cursor.executemany("INSERT INTO key_use_day VALUES (%s, %s, %s, %s)",
                           [(org.id, key["id"], today - ago, n) for ago, n in days.items()])
    return lambda ago: time.strftime("%Y-%m-%d", time.gmtime((today - ago) * 86400))


# --- use by day ---

def test_use_is_a_picture_and_a_table(admin, stack, org):
    key, idle = org.add_key("organization", permission="read"), org.add_key("organization", permission="read")
    day = put_days(stack, org, key, {0: 1, 3: 220, 29: 110})
    listed = page_of(admin, org, "/developer/api-keys")
    assert listed.html.count('<svg class="use"') == 1, "what was not used has no picture"
    assert "Used 331 times in the last 30 days" in listed.html
    # Of the most used day the whole height, of half of it half, and one use is to be seen.
    assert "M2 23v-11M132 23v-22M147 23v-2" in listed.html
    page = page_of(admin, org, f"/developer/api-keys/{key['id']}")
    assert f"Most often on {day(3)}: 220" in page.text
    rows = [r["Uses"] for r in page.rows if "Uses" in r]
    assert len(rows) == 30 and rows[:4] == ["1", "0", "0", "220"] and rows[29] == "110"
    assert "Not used in the last 30 days" in page_of(admin, org, f"/developer/api-keys/{idle['id']}").text


def test_a_machine_has_the_same(admin, stack, org):
    made = org.add_machine()
    put_days(stack, org, made["key"], {1: 1})
    page = page_of(admin, org, f"/settings/machines/{made['machine']['id']}", "&action=read")
    assert "Used once in the last 30 days" in page.text and "Not allowed" in page.text


# --- keys by kind and state ---

def test_keys_by_kind_and_state(admin, org):
    ended = org.add_key("organization", permission="read")
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    org.add_key("organization", permission="write", expires_at=soon)
    org.admin.must("DELETE", f"{org.path}/keys/{ended['id']}")
    page = page_of(admin, org, "/settings/organization")
    row = page.row("Organization key")
    assert (row["Active"], row["Expire within 30 days"], row["Expired"], row["Revoked"]) == ("1", "1", "0", "1")
    revoked = next(href for href, _ in page.links if "kind=organization" in href and "state=revoked" in href)
    assert [r["name"].split()[0] for r in admin.get(revoked).rows if r.get("name")] == [ended["name"]]


# --- a verdict, step by step ---

def steps(page):
    return {r["name"]: (r["Verdict"], r["Because"]) for r in page.rows if "Verdict" in r}


def test_a_verdict_is_explained(admin, org):
    key = org.add_key("organization", permission="read")
    path = f"/developer/api-keys/{key['id']}"
    page = page_of(admin, org, path)
    assert not steps(page) and "What may this key do?" in page.text
    page = page_of(admin, org, path, "&action=read&resource=&path=")
    assert "Every rule holds." in page.text and all(v == "holds" for v, _ in steps(page).values())
    page = page_of(admin, org, path, f"&action=write&resource={org.id}&path=")
    assert "The first rule that does not hold decides: Permission." in page.text
    assert steps(page)["Permission"] == ("does not hold", "The key lacks “Write”.")
    assert steps(page)["Owner is there"][1].startswith("Insight ") and org.id not in str(steps(page))
    assert page.html.count("selected") == 3, "the question stands there still"


def test_a_path_is_explained(admin, stack, world):
    ours = type("Ours", (), {"id": world.ORG})
    browser = Browser(stack.web.base_url)
    browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    path = f"/settings/api-keys/{world.PROVIDER_KEY}"
    inside = page_of(browser, ours, path, f"&action=read&resource={world.PROVIDER}&path=/backups/2025")
    outside = page_of(browser, ours, path, f"&action=read&resource={world.PROVIDER}&path=/elsewhere")
    assert steps(inside)["Base path"] == ("holds", "The base path is /backups.")
    assert steps(outside)["Base path"][0] == "does not hold"


@pytest.mark.parametrize("asked, said", [
    ("&action=read&resource=res_none", {"Resource": ("does not hold", "The organization has no such resource.")}),
    ("&action=read&resource=" + "x" * 300,
     {"Resource": ("does not hold", "The organization has no such resource.")}),
    ("&action=read&path=%00", {"Path": ("does not hold", "The path is not in its plain form.")}),
    ("&action=fly", {})])
def test_what_is_no_question(admin, org, asked, said):
    key = org.add_key("organization", permission="read")
    page = page_of(admin, org, f"/developer/api-keys/{key['id']}", asked)
    assert steps(page) == said
    assert ('class="wrong" role="alert"' in page.html) == (not said)


def test_every_step_is_translated(stack, world, org):
    """No English sentence of core is on a German page."""
    browser = Browser(stack.web.base_url, "de")
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    space = org.admin.must("POST", org.path + "/resources", {"type": "space", "name": "Here"})["id"]
    made = [("/developer/api-keys/", org.add_key("organization", permission="read", allowed_ips=["10.0.0.0/8"])),
            ("/settings/tokens/", org.add_key("personal", expires_in_days=30)),
            ("/settings/access-tokens/", org.add_key("space", scopes=["read"], restrictions=[{"space": space}],
                                                     expires_at="2099-01-01"))]
    for path, key in made:
        for action in ("read", "admin"):
            page = page_of(browser, org, path + key["id"], f"&action={action}&resource={org.id}")
            texts = [r["Weil"] for r in page.rows if "Weil" in r]
            assert len(texts) == 10
            assert all(text.endswith(".") and " the " not in text for text in texts), texts


# --- before a policy is saved ---

def test_a_policy_is_shown_before_it_is_saved(admin, org):
    used = org.add_key("personal", expires_in_days=365)
    page = page_of(admin, org, "/settings/organization")
    form = page.form("/settings/organization")
    form.set(personal_tokens_enabled="on", personal_max_days="90", name="Not yet")
    asked = admin.send(page, form)
    assert asked.headings[0][1] == "Save this policy?"
    assert "New ones can no longer be asked to last: 180 days, 365 days." in asked.text
    assert "1 live key ends later than a new one could" in asked.text
    assert org.admin.must("GET", org.path + "/policy")["personal_max_days"] == 365
    assert org.admin.must("GET", org.path)["name"] != "Not yet"
    form.set(personal_tokens_enabled=None)
    asked = admin.send(page, form)
    assert used["name"] in asked.text and "1 live key stops working at once." in asked.text
    saved = admin.send(asked)
    assert saved.notice == "Saved." and org.admin.must("GET", org.path)["name"] == "Not yet"
    policy = org.admin.must("GET", org.path + "/policy")
    assert not policy["personal_tokens_enabled"] and policy["personal_max_days"] == 90


def test_what_changes_nothing_for_keys_is_saved_at_once(admin, org):
    page = page_of(admin, org, "/settings/organization")
    form = page.form("/settings/organization").set(name="Only a name")
    assert admin.send(page, form).notice == "Saved."
