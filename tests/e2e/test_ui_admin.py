"""The pages of administration, without any script: machines, the organization, its people, teams and
resources; one's account and sessions; what happened."""

import os
import secrets

import pytest

import conftest
import world as worlds
from ui_kit import Browser, api, stack, world  # noqa: F401


@pytest.fixture
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


@pytest.fixture
def ours(org):
    return lambda path: f"{path}?org={org.id}"


def works(api, token):
    return api.using(token).get("/v1/self").status_code


def new_machine(admin, ours, name="builder", expires_in="90d"):
    page = admin.get(ours("/settings/machines/new"))
    page.form().set(name=name, expires_in=expires_in)
    shown = admin.send(page)
    return shown, admin.get(shown.link("Done"))


def test_seed_1_3_to_1_28_a_machine_and_its_overview(admin, ours, api):
    form = admin.get(ours("/settings/machines/new")).form()
    assert form.offered["expires_in"] == ["30d", "90d", "6mo", "1y", "never"]
    shown, overview = new_machine(admin, ours)
    token = shown.value_of("token")
    assert token.startswith("drvm_") and works(api, token) == 200 and "/mcp/v1" in shown.html
    assert overview.headings[0] == ("h1", "builder")
    for word in ("Status", "Active", "Expires", "in 3 months", "Last used", token[:11] + "…"):
        assert word in overview.text, word
    row = admin.get(ours("/settings/machines")).row("builder")
    assert row["Status"] == "Active" and row["Last used"] and row["Expires"]


def test_seed_1_11_seed_1_12_a_snippet_for_this_installation(admin, ours, stack):
    shown, _ = new_machine(admin, ours)
    assert f'"url": "{stack.web.base_url}/mcp/v1"' in shown.html.replace("&quot;", '"')
    assert "Bearer ${CLAVIGER_API_TOKEN}" in shown.html and shown.html.count(shown.value_of("token")) == 1


def test_seed_1_4_the_name_is_taken(admin, ours):
    new_machine(admin, ours, "one")
    new_machine(admin, ours, "two")
    found = admin.get(admin.get(ours("/settings/machines")).link("Filter and order"))
    assert {"one", "two"} <= {r.get("name", "").split(" ")[0] for r in found.rows}
    page = admin.get(ours("/settings/machines/new"))
    page.form().set(name="One", expires_in="1y", description="kept")
    again = admin.send(page)
    assert again.status == 409 and 'id="wrong-name"' in again.html
    assert (again.form().get("name"), again.form().get("description"), again.form().get("expires_in")) == ("One", "kept", "1y")


def test_seed_1_25_to_1_27_regenerate(admin, ours, api):
    shown, overview = new_machine(admin, ours)
    old = shown.value_of("token")
    overview.form("/key").set(expires_in="never")
    new = admin.send(overview, overview.form("/key"))
    assert (works(api, old), works(api, new.value_of("token"))) == (401, 200)
    again = admin.send(overview, overview.form("/key"))
    assert again.value_of("token") is None and "only once" in again.notice
    assert works(api, new.value_of("token")) == 200 and "Never" in again.text


def test_seed_1_14_to_1_20_sources_and_teams(admin, ours, org):
    source = org.add_resource("source", "Handbook")
    team = org.admin.must("POST", org.path + "/teams", {"name": "Readers"})["id"]
    org.grant(source, team, "admin")
    _, overview = new_machine(admin, ours)
    sources = admin.get(overview.link("Sources"))
    sources.form("/sources").set(resource=source, role="member")
    sources = admin.send(sources, sources.form("/sources"))
    assert sources.row("Handbook")["Role"] == sources.row("Handbook")["Effective role"] == "Member"
    teams = admin.get(overview.link("Teams"))
    teams.form("/teams").set(team=team)
    assert admin.send(teams, teams.form("/teams")).row("Readers") is not None
    sources = admin.get(overview.link("Sources"))
    assert sources.row("Handbook")["Effective role"] == "Admin"
    teams = admin.get(overview.link("Teams"))
    assert admin.send(teams, teams.form("/remove")).row("Readers") is None
    sources = admin.get(overview.link("Sources"))
    assert sources.row("Handbook")["Effective role"] == "Member"
    assert admin.send(sources, sources.form("/remove")).row("Handbook") is None


def test_seed_1_34_the_danger_zone_asks_for_the_name(admin, ours, api):
    shown, overview = new_machine(admin, ours, "doomed")
    settings = admin.get(overview.link("Settings"))
    assert "Danger zone" in settings.text
    settings.form("/delete").set(confirm="something else")
    again = admin.send(settings, settings.form("/delete"))
    assert again.status == 422 and works(api, shown.value_of("token")) == 200
    again.form("/delete").set(confirm="doomed")
    listed = admin.send(again, again.form("/delete"))
    assert listed.row("doomed") is None and works(api, shown.value_of("token")) == 401


def test_a_machine_is_renamed(admin, ours):
    _, overview = new_machine(admin, ours, "before")
    settings = admin.get(overview.link("Settings"))
    settings.form("/settings").set(name="after", description="")
    assert admin.send(settings, settings.form("/settings")).headings[0][1] == "after"


def test_seed_0_27_to_0_33_the_policy(admin, ours, org, api):
    token = org.add_key("personal", expires_in_days=365)["token"]
    page = admin.get(ours("/settings/organization"))
    form = page.form("/settings/organization")
    assert form.offered["personal_max_days"] == ["30", "90", "180", "365"]
    assert "Allow members to create personal access tokens" in page.text and "Max token expiration" in page.text
    form.set(personal_tokens_enabled=None, personal_max_days="90", machine_max_days="180")
    asked = admin.send(page, form)
    assert "1 live key stops working at once." in asked.text and works(api, token) == 200
    saved = admin.send(asked)
    assert saved.notice == "Saved." and works(api, token) == 401
    form = saved.form("/settings/organization")
    assert form.get("personal_tokens_enabled") is None
    assert (form.get("personal_max_days"), form.get("machine_max_days")) == ("90", "180")
    form.set(personal_tokens_enabled="on", machine_max_days="", name="Renamed")
    asked = admin.send(saved, form)
    assert "1 key that is neither expired nor deleted works again." in asked.text and works(api, token) == 401
    saved = admin.send(asked)
    assert saved.notice == "Saved." and works(api, token) == 200
    policy = org.admin.must("GET", org.path + "/policy")
    assert policy["machine_max_days"] is None and policy["personal_max_days"] == 90
    assert org.admin.must("GET", org.path)["name"] == "Renamed"


def test_a_refused_form_leaves_the_others_of_its_page_alone(admin, ours, org):
    page = admin.get(ours("/settings/organization"))
    page.form("/settings/organization").set(personal_max_days="90", machine_max_days="180")
    page = admin.send(admin.send(page, page.form("/settings/organization")))
    there = page.form("/settings/organization").values
    page.form("/delete").set(confirm="another name")
    again = admin.send(page, page.form("/delete"))
    assert again.status == 422 and 'id="wrong-confirm"' in again.html and again.html.count('id="wrong-') == 1
    assert again.form("/delete").get("confirm") == "another name"
    assert again.form("/settings/organization").values == there
    assert again.form("/settings/organization").get("machine_max_days") == "180"
    form = again.form("/settings/organization").set(name=200 * "x")
    wrong = admin.send(again, form)
    assert wrong.status == 422 and 'id="wrong-name"' in wrong.html and wrong.html.count('id="wrong-') == 1
    assert wrong.form("/settings/organization").get("name") == 200 * "x"
    assert wrong.form("/delete").get("confirm") == ""


def test_people_come_change_and_go(admin, ours, org, stack, api):
    email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
    conftest.SEEN_SECRETS.add(password)
    page = admin.get(ours("/settings/members"))
    page.form("/members").set(email="no address", name="Eve")
    assert admin.send(page, page.form("/members")).status == 422
    page.form("/members").set(email=email, name="Eve", role="member", password=password)
    listed = admin.send(page, page.form("/members"))
    assert listed.row("Eve " + email)["Role"] == "Member"
    eve = Browser(stack.web.base_url)
    assert eve.log_in(email, password).status == 200
    assert eve.get(ours("/settings/members")).status == 403
    one = admin.get(listed.link("Change: Eve"))
    one.forms[0].set(role="admin")
    admin.send(one, one.forms[0])
    assert eve.get(ours("/settings/members")).status == 200
    gone = admin.send(one, one.form("/remove"))
    assert gone.row("Eve " + email) is None


def test_the_last_admin_stays(admin, ours):
    page = admin.get(ours("/settings/members"))
    one = admin.get(page.link("Change: "))
    one.forms[0].set(role="member")
    again = admin.send(one, one.forms[0])
    assert again.status == 409 and "at least one admin" in again.trouble


def test_teams_resources_and_roles(admin, ours, org, stack):
    page = admin.get(ours("/settings/teams"))
    page.form("/teams").set(name="Operations")
    teams = admin.send(page, page.form("/teams"))
    team = admin.get(teams.link("Operations"))
    team.form("/members").set(subject=team.form("/members").offered["subject"][0])
    assert len([r for r in admin.send(team, team.form("/members")).rows if r]) == 1

    folder = os.path.join(stack.files, "team-files")
    os.makedirs(folder, exist_ok=True)
    page = admin.get(admin.get(ours("/settings/resources")).link("New provider: directory"))
    page.form("/resources").set(name="Files", root="/etc")
    refused = admin.send(page, page.form("/resources"))
    assert refused.status == 422 and 'id="wrong-root"' in refused.html
    page.form("/resources").set(root=folder)
    assert admin.send(page, page.form("/resources")).headings[0][1] == "Files"
    listed = admin.get(ours("/settings/resources"))
    assert listed.row("Files")["Type"] == "Provider"
    one = admin.get(listed.link("Files"))
    subjects = one.form("/grants").offered["subject"]
    assert subjects[0] == "everyone" and any(s.startswith("tem_") for s in subjects)
    one.form("/grants").set(subject="everyone", role="editor")
    one = admin.send(one, one.form("/grants"))
    assert one.row("Everyone in the organization")["Role"] == "Editor"
    one = admin.send(one, one.form("/remove"))
    assert one.row("Everyone in the organization") is None
    one = admin.get(one.link("Settings"))
    one.form("/delete").set(confirm="files")
    assert admin.send(one, one.form("/delete")).row("Files") is None
    gone = admin.send(team, team.form("/delete"))
    assert gone.row("Operations") is None


def test_no_member_sees_these_pages(world, stack, api, db):
    member = Browser(stack.web.base_url)
    member.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    for path in ("machines", "machines/new", f"machines/{world.MACHINE}", "organization", "members", "teams", "keys", "keys/revoke",
                 "audit", f"teams/{world.TEAM}", f"members/{world.ADMIN}"):
        page = member.get(f"/settings/{path}?org={world.ORG}")
        assert page.status == 403 and "role does not allow" in page.text, path
    # What it has no role on is as good as absent.
    assert member.get(f"/settings/resources/{world.SECRET_SOURCE}?org={world.ORG}").status in (403, 404)


def test_a_password_is_changed(org, stack, api):
    email, password, new = f"{secrets.token_hex(6)}@test.example", worlds.new_password(), worlds.new_password()
    conftest.SEEN_SECRETS.update((password, new))
    org.add_member(email)
    org.admin.must("POST", org.path + "/members", {"email": "x" + email, "name": "X", "role": "member", "password": password})
    one, other = Browser(stack.web.base_url), Browser(stack.web.base_url)
    one.log_in("x" + email, password)
    other.log_in("x" + email, password)
    page = one.get("/settings/account")
    page.form("/account").set(password="wrong password here", new_password=new)
    again = one.send(page, page.form("/account"))
    assert again.status == 422 and "not the password" in again.trouble and again.value_of("password") is None
    page.form("/account").set(password=password)
    done = one.send(page, page.form("/account"))
    assert "password is changed" in done.notice and other.get("/settings/account").status == 303


def test_sessions_are_seen_and_ended(org, stack):
    email, password = f"{secrets.token_hex(6)}@test.example", worlds.new_password()
    conftest.SEEN_SECRETS.add(password)
    org.admin.must("POST", org.path + "/members", {"email": email, "name": "X", "role": "member", "password": password})
    one, other = Browser(stack.web.base_url), Browser(stack.web.base_url)
    other.client.headers["User-Agent"] = "another <browser>"
    one.log_in(email, password)
    other.log_in(email, password)
    page = one.get("/settings/sessions")
    assert any("This one" in r.get("name", "") for r in page.rows) and page.row("another <browser>")
    one.send(page, page.forms[-1])
    assert other.get("/settings/sessions").status == 303 and one.get("/settings/sessions").status == 200


def test_the_language_is_chosen(world, stack):
    browser = Browser(stack.web.base_url, "en")
    browser.log_in(world.MEMBER_EMAIL, world.MEMBER_PASSWORD)
    page = browser.get("/settings/account")
    page.form("/language").set(language="de")
    page = browser.send(page, page.form("/language"))
    assert page.lang == "de" and page.headings[0][1] == "Konto"
    page.form("/language").set(language="browser")
    assert browser.send(page, page.form("/language")).lang == "en"
