"""ui_crawl.py: every page that links lead to, and what is in them."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

PAGES_MAX = 400


def shape(url):
    """The address with its ids taken out: pages of one shape are drawn by one template."""
    path = re.sub(r"/(?:[a-z]{3}_?[0-9A-Za-z]{12,})", "/*", urlsplit(url).path)
    query = re.sub(r"=[^&]*", "", urlsplit(url).query)
    return f"{path}?{query}"


def crawl(browser, org, each=2, starts=()):
    """The pages that can be reached within an organization: address to page; so many of each shape."""
    todo = [f"{path}{'&' if '?' in path else '?'}org={org}" for path in
            ("/settings/tokens", "/settings/account", "/settings/keys", *starts)]
    seen, shapes = {}, {}
    while todo and len(seen) < PAGES_MAX:
        url = todo.pop(0)
        if url in seen or shapes.get(shape(url), 0) >= each or url.startswith(("/logout", "/static")):
            continue
        if "org=" in url and f"org={org}" not in url:
            continue
        shapes[shape(url)] = shapes.get(shape(url), 0) + 1
        page = seen[url] = browser.follow(browser.get(url))
        assert page.status == 200, f"{url}: {page.status} {page.text[:300]}"
        todo += [href.partition("#")[0] for href, _ in page.links if href.startswith("/")]
    return seen


class Tags(HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.values = set(), set(), []
        self.feed(html)

    def handle_starttag(self, tag, pairs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in pairs}
        self.values += [value for _, value in pairs if value is not None]
