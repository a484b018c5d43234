"""Every page in German: no text of the table of texts is there in English, and none is empty."""

import re

import pytest

from conftest import TOP
from ui_kit import Browser, api, stack, world  # noqa: F401

ROW = re.compile(r'^WORD\((\w+),\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\)', re.M)


def texts():
    """id: (English, German)."""
    found = {}
    for path in sorted((TOP / "src/ui").glob("words*.def")):
        rows = ROW.findall(path.read_text())
        assert len(rows) == path.read_text().count("\nWORD("), f"{path}: a row that is not as the others"
        found.update({name: (english, german) for name, english, german in rows})
    return found


def pages():
    return re.findall(r'^(?:PAGE|BARE)\("([^"]+)"', (TOP / "include/ui/pages.def").read_text(), re.M)


def address(path, world):
    """What stands in braces is a thing of the demo's world."""
    things = {"machine": world.MACHINE, "team": world.TEAM, "resource": world.SPACE, "user": world.MEMBER,
              "key": {"/settings/tokens": world.OWN_KEYS["personal"], "/settings/access-tokens": world.OWN_KEYS["space"],
                      "/settings/api-keys": world.OWN_KEYS["provider"], "/developer/api-keys": world.ORG_KEY,
                      "/settings/keys": world.ORG_KEY}.get(path.partition("/{")[0])}
    if path.endswith(("/views", "/fields/{field}", "/views/{view}")):
        table = f"/api/table/{world.TABLE}"
        things["resource"] = world.TABLE
        things["field"] = world.admin.must("GET", table + "/field")[0]["id"]
        things["view"] = world.admin.must("GET", table + "/view")[0]["id"]
    return re.sub(r"{(\w+)}", lambda m: things[m[1]], path)


@pytest.fixture(scope="module")
def german(stack, world):
    # Keys of the admin's own: each page of one is theirs to see.
    path = f"/v1/organizations/{world.ORG}/keys"
    wishes = {"personal": {"expires_in_days": 30}, "space": {"scopes": ["read"], "expires_at": "2099-01-01"},
              "provider": {"scopes": ["read"]}}
    world.OWN_KEYS = {kind: world.admin.must("POST", path, {"kind": kind, "name": "Eigener", **wish})["id"]
                      for kind, wish in wishes.items()}
    browser = Browser(stack.web.base_url, "de")
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    yield browser
    for key in world.OWN_KEYS.values():
        world.admin.must("DELETE", f"{path}/{key}")


def test_each_text_has_both():
    for name, (english, german) in texts().items():
        assert bool(english) == bool(german), name
        assert english != german or len(english) < 16, f"{name} is not translated"
        assert set(re.findall(r"{\d}", english)) <= set(re.findall(r"{\d}", german)), name


@pytest.mark.parametrize("path", [p for p in pages() if "/static/" not in p and "favicon" not in p and '" ' not in p])
def test_a_page_in_german(german, world, path):
    page = german.follow(german.get(address(path, world), params={"org": world.ORG, "what": "s3"}))
    assert page.status == 200 and page.lang == "de", path
    words = texts()
    spoken = {german for _, german in words.values()}
    for name, (english, _) in words.items():
        parts = [p for p in re.split(r"{\d}", english) if len(p) > 11]
        for part in parts:
            assert english in spoken or part not in page.text, f"{path}: {name} is in English"
