"""Resources in pages: directories and S3, spaces with bases and tables, what they are called and connected to."""

import os
import secrets
import shutil
import subprocess

import pytest

import conftest
from api_kit import secret
from ui_kit import Browser, api, stack, world  # noqa: F401
from world import new_password


@pytest.fixture
def admin(stack, world):
    browser = Browser(stack.web.base_url)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


@pytest.fixture
def ours(org):
    return lambda path: f"{path}?org={org.id}"


def new(admin, page, link, **wish):
    page = admin.get(page.link(link))
    page.form("/resources").set(**wish)
    return admin.send(page, page.form("/resources"))


def stored(org, page):
    resource = page.url.partition("?")[0].split("/resources/")[1].split("/")[0]
    return org.admin.must("GET", f"{org.path}/resources/{resource}")


def test_a_provider_in_s3(admin, ours, org, stack, db):
    access, hidden = "AKIA" + secrets.token_hex(8), secrets.token_urlsafe(30)
    conftest.SEEN_SECRETS.update((access, hidden))
    wish = {"name": "Cold", "endpoint": "https://s3.example.org", "bucket": "cold", "region": "", "prefix": "backups/",
            "access_key": access, "secret_key": hidden}
    page = admin.get(admin.get(ours("/settings/resources")).link("New provider: S3"))
    page.form("/resources").set(**{**wish, "endpoint": "ftp://s3.example.org"})
    again = admin.send(page, page.form("/resources"))
    assert again.status == 422 and 'id="wrong-endpoint"' in again.html and "https://" in again.trouble
    assert again.form("/resources").get("bucket") == "cold" and hidden not in again.html and access not in again.html
    again.form("/resources").set(**wish)
    one = admin.send(again, again.form("/resources"))
    assert one.headings[0][1] == "Cold" and one.notice == "Created."
    config = stored(org, one)["config"]
    assert config == {"driver": "s3", "endpoint": "https://s3.example.org", "bucket": "cold", "prefix": "backups/"}
    settings = admin.get(one.link("Settings"))
    form = settings.form("/connection")
    assert form.get("bucket") == "cold" and hidden not in settings.html and access not in settings.html
    form.set(bucket="colder", access_key="", secret_key="")
    refused = admin.send(settings, form)
    assert refused.status == 422 and 'id="wrong-access_key"' in refused.html
    form.set(access_key=access, secret_key=hidden)
    assert admin.send(settings, form).notice == "Saved." and stored(org, one)["config"]["bucket"] == "colder"


def test_directories_are_connected_anew(admin, ours, org, stack):
    for name in ("ui-one", "ui-two"):
        os.makedirs(os.path.join(stack.files, name), exist_ok=True)
    page = admin.get(ours("/settings/resources"))
    for link in ("New source", "New provider: directory"):
        one = new(admin, page, link, name="Docs", root=os.path.join(stack.files, "ui-one"))
        settings = admin.get(one.link("Settings"))
        form = settings.form("/connection")
        assert form.get("root") == os.path.realpath(os.path.join(stack.files, "ui-one"))
        form.set(root="/etc")
        refused = admin.send(settings, form)
        assert refused.status == 422 and 'id="wrong-root"' in refused.html and refused.form("/connection").get("root") == "/etc"
        form.set(root=os.path.join(stack.files, "ui-two"))
        assert admin.send(settings, form).notice == "Saved."
        assert stored(org, one)["config"]["root"].endswith("ui-two")
        settings.form("/settings").set(name="Docs & <more>")
        assert admin.send(settings, settings.form("/settings")).headings[0][1] == "Docs & <more>"


def test_a_quota_is_shown_kept_and_taken_away(admin, ours, org, stack):
    """Also one that was given to a provider by the API."""
    os.makedirs(os.path.join(stack.files, "ui-quota"), exist_ok=True)
    config = {"root": os.path.join(stack.files, "ui-quota")}
    page = admin.get(ours("/settings/resources"))
    one = new(admin, page, "New provider: directory", name="Narrow", quota="1000", **config)
    assert stored(org, one)["config"]["quota"] == 1000
    made = org.admin.must("POST", org.path + "/resources",
                          {"type": "provider", "name": "By API", "config": {"driver": "local", "quota": 5 << 40, **config}})
    settings = admin.get(ours(f"/settings/resources/{made['id']}/settings"))
    form = settings.form("/connection")
    assert form.get("quota") == str(5 << 40)
    admin.send(settings, form)
    assert stored(org, settings)["config"]["quota"] == 5 << 40
    form.set(quota="-1")
    refused = admin.send(settings, form)
    assert refused.status == 422 and 'id="wrong-quota"' in refused.html and "Enter a whole number." in refused.text
    form.set(quota="")
    assert admin.send(settings, form).notice == "Saved." and "quota" not in stored(org, settings)["config"]
    source = admin.get(page.link("New source"))
    assert 'name="quota"' not in source.html


def test_a_space_with_a_base_and_a_table(admin, ours, org):
    space = new(admin, admin.get(ours("/settings/resources")), "New space", name="Sales")
    bases = admin.get(space.link("Bases"))
    assert "There is nothing yet" in bases.text
    base = new(admin, bases, "New base", name="Leads")
    assert stored(org, base)["parent"] == stored(org, space)["id"]
    table = new(admin, admin.get(base.link("Tables")), "New table", name="People")
    assert stored(org, table)["type"] == "table" and not [1 for _, text in table.links if text == "Bases"]
    assert named(admin.get(table.link("Views")), "Grid view")
    assert admin.get(bases.url).row("Leads")["Type"] == "Base"
    assert admin.get(base.link("Tables")).row("People")["Type"] == "Table"
    assert admin.get(table.link("Back")).row("People")
    settings = admin.get(space.link("Settings"))
    settings.form("/delete").set(confirm="Sales")
    admin.send(settings, settings.form("/delete"))
    for gone in (space, base, table):
        assert admin.get(gone.url).status == 404


@pytest.fixture
def member(org, stack):
    """Somebody who is no admin: their browser, with their id."""
    email, password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
    made = org.admin.must("POST", org.path + "/members", {"email": email, "role": "member", "name": "M", "password": password})
    browser = Browser(stack.web.base_url)
    browser.log_in(email, password)
    browser.id, browser.email = made["id"], email
    return browser


def test_whoever_rules_one_thing_is_not_shown_who_is_in_the_organization(admin, member, ours, org):
    _, other = org.add_member(f"seen-{secrets.token_hex(4)}@test.example", name="Other Person")
    org.add_machine(name="Other Machine")
    team = org.admin.must("POST", org.path + "/teams", {"name": "Team"})["id"]
    source = org.add_resource("source")
    org.grant(source, member.id, "admin")
    space = new(member, member.get(ours("/settings/resources")), "New space", name="Own")
    for page in (space, member.get(ours(f"/settings/resources/{source}"))):
        assert page.status == 200 and page.form("/grants?").offered["subject"] == ["everyone", team]
        for text in ("seen-", "Other Person", "Other Machine", other):
            assert text not in page.html, text
    everybody = admin.get(ours(f"/settings/resources/{source}")).form("/grants?").offered["subject"]
    assert other in everybody and any(s.startswith("mch_") for s in everybody)


def test_the_name_of_a_parent_is_shown_to_who_may_read_it(admin, member, ours, org):
    space = org.add_resource("space", "Hidden space")
    base = org.add_resource("base", "Seen base", parent=space)
    org.grant(base, member.id, "member")
    page = member.get(ours("/settings/resources"))
    assert page.row("Seen base") == {"name": "Seen base", "Type": "Base", "Created": page.row("Seen base")["Created"]}
    assert "Hidden space" not in page.html
    assert admin.get(ours("/settings/resources")).row("Seen base")["In"] == "Hidden space"
    org.grant(space, member.id, "member")
    assert member.get(ours("/settings/resources")).row("Seen base")["In"] == "Hidden space"


def test_members_make_spaces_and_rule_them(ours, org, stack):
    email, password = f"{secrets.token_hex(6)}@test.example", secret(new_password())
    org.admin.must("POST", org.path + "/members", {"email": email, "role": "member", "name": "M", "password": password})
    theirs = org.add_resource("space", "Theirs")
    org.grant(theirs, "everyone", "member")
    member = Browser(stack.web.base_url)
    member.log_in(email, password)
    page = member.get(ours("/settings/resources"))
    assert [text for _, text in page.links if text.startswith("New ")] == ["New space"]
    assert page.row("Theirs") and not [1 for _, text in page.links if text == "Theirs"]
    assert member.get(ours(f"/settings/resources/{theirs}")).status == 403
    own = new(member, page, "New space", name="Own")
    assert own.status == 200 and own.headings[0][1] == "Own"
    sneaked = member.get(ours("/settings/resources/new") + "&what=s3")
    sneaked.form("/resources").set(name="No", endpoint="https://x.example", bucket="b", access_key="a", secret_key="s")
    assert member.send(sneaked, sneaked.form("/resources")).status == 403
    assert member.get(ours("/settings/resources/new") + "&what=organization").status == 404


def test_a_table_is_made_of_fields(admin, ours, org, member):
    space = org.add_resource("space")
    table = org.add_resource("table", "People", parent=org.add_resource("base", parent=space))
    page = admin.get(ours(f"/settings/resources/{table}/contents"))
    assert "There is no field yet" in page.text
    form = page.form("/fields?")
    assert form.offered["type"][0] == "singleLineText" and len(form.offered["type"]) == 7
    page = admin.send(page, form.set(name="Name"))
    assert page.notice == "Created." and page.row(named(page, "Name"))["Type"] == "Text"
    again = admin.send(page, page.form("/fields?").set(name="name"))
    assert again.status == 409 and 'id="wrong-name"' in again.html
    wrong = admin.send(page, page.form("/fields?").set(name="Age", type="number", choices="1, 2"))
    assert wrong.status == 422 and 'id="wrong-choices"' in wrong.html
    assert wrong.form("/fields?").get("name") == "Age" and wrong.form("/fields?").get("type") == "number"
    page = admin.send(page, page.form("/fields?").set(name="State", type="singleSelect", choices="new , in work,,done & <gone>"))
    assert page.row(named(page, "State"))["Choices"] == "new, in work, done & <gone>"
    one = admin.get(page.link("State"))
    assert one.headings[0][1] == "State" and one.form("/fields/").get("choices") == "new, in work, done & <gone>"
    form = next(f for f in one.forms if "choices" in f.names()).set(name="Stage", choices="open, closed")
    assert admin.send(one, form).notice == "Saved."
    fields = org.admin.must("GET", f"/api/table/{table}/field")
    assert [f["name"] for f in fields] == ["Name", "Stage"]
    assert fields[1]["options"]["choices"] == [{"name": "open"}, {"name": "closed"}]
    record = org.admin.must("POST", f"/api/table/{table}/record", {"records": [{"fields": {"Name": "A", "Stage": "open"}}]})
    one.form("/delete").set(confirm="State")
    assert 'id="wrong-confirm"' in admin.send(one, one.form("/delete")).html, "it is called otherwise by now"
    one.form("/delete").set(confirm="stage")
    gone = admin.send(one, one.form("/delete"))
    assert gone.notice == "Removed." and named(gone, "Stage") is None
    assert admin.get(one.url).status == 404
    left = org.admin.must("GET", f"/api/table/{table}/record/{record['records'][0]['id']}")
    assert left["fields"] == {"Name": "A"}
    # A choice with a comma in it cannot be written here: the name is changed, and nothing else.
    paris = {"choices": [{"name": "Paris, France"}]}
    org.admin.must("POST", f"/api/table/{table}/field", {"name": "City", "type": "singleSelect", "options": paris})
    city = admin.get(admin.get(page.url).link("City"))
    assert not [f for f in city.forms if "choices" in f.names()]
    assert admin.send(city, city.form("/fields/").set(name="Town")).notice == "Saved."
    assert org.admin.must("GET", f"/api/table/{table}/field")[1]["options"] == paris
    # Nobody who only writes records, and nothing that is no table.
    org.grant(table, member.id, "editor")
    assert member.get(ours(f"/settings/resources/{table}/contents")).status == 403
    form = page.form("/fields?")
    form.action = form.action.replace(table, space)
    assert admin.send(page, form).status == 404 and admin.get(ours(f"/settings/resources/{space}/views")).status == 404


def test_a_table_has_views(admin, ours, org, member):
    space = org.add_resource("space")
    base = org.add_resource("base", parent=space)
    table, other = org.add_resource("table", "People", parent=base), org.add_resource("table", parent=base)
    page = admin.get(ours(f"/settings/resources/{table}/views"))
    assert "There is no view yet" in page.text
    assert 'id="wrong-name"' in admin.send(page, page.form("/views?").set(name="n" * 300)).html
    page = admin.send(page, page.form("/views?").set(name="Open <ones>"))
    assert page.notice == "Created." and page.row(named(page, "Open <ones>"))["Filter"] == "No"
    one = admin.get(page.link("Open <ones>"))
    assert one.headings[0][1] == "Open <ones>" and "All records" in one.text
    assert admin.send(one, one.form("/views/").set(name="Open")).notice == "Saved."
    [view] = org.admin.must("GET", f"/api/table/{table}/view")
    assert view["name"] == "Open"
    # What programs chose is shown, and stays as it is where the name is changed.
    org.admin.must("POST", f"/api/table/{table}/field", {"name": "Age", "type": "number"})
    by_age = {"sortObjs": [{"fieldId": "Age", "order": "desc"}]}
    org.admin.must("PUT", f"/api/table/{table}/view/{view['id']}/sort", {"sort": by_age})
    one = admin.get(one.url)
    assert '"desc"' in one.text and admin.send(one, one.form("/views/").set(name="Oldest")).notice == "Saved."
    [view] = org.admin.must("GET", f"/api/table/{table}/view")
    assert view["name"] == "Oldest" and view["sort"]
    # Only as a view of its own table, and only for whoever rules it.
    assert admin.get(one.url.replace(table, other)).status == 404
    form = one.form("/delete").set(confirm="Oldest")
    kept, form.action = form.action, form.action.replace(table, other)
    assert admin.send(one, form).status == 404
    form.action = kept.replace(table, space)
    assert admin.send(one, form).status == 404
    org.grant(table, member.id, "editor")
    assert member.get(ours(f"/settings/resources/{table}/views")).status == 403
    form.action = kept
    assert 'id="wrong-confirm"' in admin.send(one, one.form("/delete").set(confirm="Open")).html
    gone = admin.send(one, form.set(confirm="oldest"))
    assert gone.notice == "Removed." and named(gone, "Oldest") is None and admin.get(one.url).status == 404


def named(page, name):
    """What a row is called that has its id beneath its name."""
    return next((r["name"] for r in page.rows if r.get("name", "").rpartition(" ")[0] == name), None)


def test_what_a_source_shows_is_counted(admin, ours, org, stack):
    root = os.path.join(stack.files, "ui-source-" + secrets.token_hex(4))
    os.makedirs(root + "/guide/deep")
    one = new(admin, admin.get(ours("/settings/resources")), "New source", name="Guides", root=root)
    assert "Kind Directory" in one.text and os.path.realpath(root) in one.text
    settings = admin.get(one.link("Settings"))

    def looked():
        page = admin.send(settings, settings.form("/test"))
        assert page.status == 200
        return page.text

    assert "no document is in it" in looked()
    for name in ("a.md", "guide/b.md", "guide/deep/c.md"):
        with open(f"{root}/{name}", "w", encoding="utf-8") as f:
            f.write("x")
    os.symlink("/etc/passwd", root + "/guide/link")
    text = looked()
    assert "Documents that are seen: 3, in folders: 3." in text and "which are not shown: 1." in text and "Kind Directory" in text
    if shutil.which("git"):
        subprocess.run(["git", "init", "-q", root], check=True)
        text = looked()
        assert "Git tracks no document in it" in text and "Git working tree" in text
        subprocess.run(["git", "-C", root, "add", "guide/deep"], check=True)
        assert "Documents that are seen: 1, in folders: 3." in looked()
        with open(root + "/.git/index", "wb") as f:
            f.write(b"no index")
        assert "what Git tracks in it cannot be read" in looked()
    shutil.rmtree(root)
    assert "its directory is not there" in looked()
    os.symlink("/etc", root)
    assert "its directory is not there, or is a link" in looked()
    os.remove(root)


def test_a_connection_is_tested(admin, ours, org, stack):
    """Step by step, and at the one that fails what to do is said; in a form that needs no script."""
    root = os.path.join(stack.files, "ui-test-" + secrets.token_hex(4))
    os.mkdir(root)
    one = new(admin, admin.get(ours("/settings/resources")), "New provider: directory", name="Tried", root=root)
    settings = admin.get(one.link("Settings"))
    done = admin.send(settings, settings.form("/test"))
    assert done.status == 200 and done.headings[0][1] == "Tried" and "The storage works." in done.text
    assert [r["Result"] for r in done.rows if r] == ["Passed"] * 8 and os.listdir(root) == []
    form = done.form("/test").set(write=None)
    assert [r["Result"] for r in admin.send(done, form).rows if r][-3:] == ["Skipped"] * 3
    os.rmdir(root)
    failed = admin.send(settings, settings.form("/test"))
    row = failed.row("The directory is there its directory cannot be opened: No such file or directory")
    assert row["Result"] == "Failed" and "Make the directory" in row["What to do"] and "does not work yet" in failed.text
    german = Browser(stack.web.base_url, "de")
    german.client.cookies = admin.client.cookies
    assert "Legen Sie das Verzeichnis" in german.send(settings, settings.form("/test")).text
    form = settings.form("/test")
    form.values = [(n, v) for n, v in form.values if n != "csrf"]
    assert admin.send(settings, form).status == 403
