"""Every page and state as HTML: valid by html-validate, small, and nothing from another host."""

import json
import re
import subprocess

import pytest

from test_ui_browser import modules  # noqa: F401
from ui_crawl import crawl
from ui_kit import Browser, api, stack, world  # noqa: F401

# What is no fault of a page: long titles of people's making, a doctype in small letters, buttons that do what
# buttons do, and names that come in lists.
RULES = {"extends": ["html-validate:recommended"],
         "rules": {"long-title": "off", "doctype-style": "off", "no-implicit-button-type": "off",
                   "form-dup-name": "off", "no-trailing-whitespace": "off"}}


@pytest.fixture(scope="module", params=["en", "de"])
def browser(request, stack, world):
    browser = Browser(stack.web.base_url, request.param)
    browser.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    return browser


def states(browser, world):
    """What no link leads to: refusals, a key this once, a policy that is to be confirmed, errors."""
    org = f"?org={world.ORG}"
    page = browser.get("/settings/tokens/new" + org)
    page.form().set(name="html", expires_in_days="30")
    yield "reveal", browser.send(page)
    page = browser.get("/settings/tokens/new" + org)
    page.form().set(name="html", expires_in_days="30")
    yield "refused", browser.send(page)
    page = browser.get("/settings/organization" + org)
    form = page.form("/settings/organization").set(personal_tokens_enabled=None)
    yield "preview", browser.send(page, form)
    page = browser.get("/settings/members" + org)
    page.form("/members").set(email="no address")
    yield "member refused", browser.send(page, page.form("/members"))
    for action in ("read", "admin", "fly"):
        yield "explain " + action, browser.get(
            f"/developer/api-keys/{world.ORG_KEY}{org}&action={action}&resource=&path=")
    for path in ("access-tokens/new", "api-keys/new", f"machines/{world.MACHINE}/sources", f"teams/{world.TEAM}", "audit",
                 "members", "machines", "teams", "resources"):
        yield "looked for in " + path, browser.get(f"/settings/{path}{org}&find=a&search=a&sort=-name")
    page = browser.get(f"/settings/resources/{world.PROVIDER}/settings{org}")
    yield "tested", browser.send(page, page.form("/test"))
    page = browser.get(f"/settings/resources/{world.SOURCE}/settings{org}")
    yield "source tested", browser.send(page, page.form("/test"))
    for rest in ("contents", "views"):
        yield rest, (table := browser.get(f"/settings/resources/{world.TABLE}/{rest}{org}"))
        yield from ((href, browser.get(href)) for href, _ in table.links if re.search("/(fields|views)/", href))
    yield "not found", browser.get("/settings/nowhere")
    yield "no such key", browser.get("/settings/tokens/key_0" + org)
    yield "key in address", browser.get("/settings/tokens?access_token=x")
    yield "logout", browser.get("/logout")
    yield "log-in refused", Browser(browser.base_url).log_in("nobody@test.example", "wrong")
    for path in ("/login", "/login/forgot", "/login/reset"):
        yield path, Browser(browser.base_url).get(path)


def test_every_page_is_valid(browser, world, modules, tmp_path):  # noqa: F811
    if not (modules / "html-validate").is_dir():
        pytest.skip("there is no html-validate: contrib/check installs it")
    names = {}
    pages = list(crawl(browser, world.ORG, each=1).items()) + list(states(browser, world))
    assert len(pages) > 50
    for i, (name, page) in enumerate(pages):
        names[str(tmp_path / f"{i}.html")] = name
        (tmp_path / f"{i}.html").write_text(page.html)
    (tmp_path / "rules.json").write_text(json.dumps(RULES))
    # Into a file: it ends before a pipe has taken all it says.
    with open(tmp_path / "found.json", "w", encoding="utf-8") as out:
        subprocess.run(["node", str(modules / "html-validate/bin/html-validate.mjs"), "--config",
                        str(tmp_path / "rules.json"), "--formatter", "json", *names],
                       stdout=out, timeout=120, cwd=tmp_path)
    found = {f"{m['ruleId']}: {m['message']}: {names[r['filePath']]}:{m['line']}"
             for r in json.loads((tmp_path / "found.json").read_text()) for m in r["messages"]}
    assert not found, "\n".join(sorted(found))
    for name, page in pages:
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', page.html):
            assert address.startswith(("/", "#", "?")) and not address.startswith("//"), (name, address)


def test_the_first_page_is_small(stack, world):
    """Before anything is remembered: the page and all it loads, as they are, not compressed."""
    visitor = Browser(stack.web.base_url)
    login = visitor.get("/login")
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]*)"', login.html))
    assert len(loaded) == 3
    size = sum(len(visitor.client.get(path).content) for path in loaded)
    assert len(login.html.encode()) + size < 30 * 1024
    visitor.log_in(world.ADMIN_EMAIL, world.ADMIN_PASSWORD)
    first = visitor.get("/settings/tokens")
    assert len(first.html.encode()) + size < 30 * 1024, len(first.html) + size
