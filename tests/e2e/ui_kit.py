"""ui_kit.py: a browser for tests: it keeps cookies, reads pages and sends their forms, and runs no
script."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx
import pytest

import conftest



# What conftest calls so, for tests of pages: import these, and everything else is made with them.

@pytest.fixture(scope="session")
def stack(pages_stack):
    return pages_stack


@pytest.fixture(scope="session")
def api(pages_stack):
    return conftest.Api(pages_stack.web.base_url)


@pytest.fixture(scope="session")
def world(pages_world):
    return pages_world


EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Form:
    """A form with the values its fields have; change them, and send it with Browser.send()."""

    def __init__(self, attributes):
        self.action, self.method = attributes.get("action", ""), attributes.get("method", "get")
        self.values = []  # pairs, in the order of the page
        self.offered = {}  # of radio buttons, boxes and lists: name to values
        self.labels = {}

    def names(self):
        return {name for name, _ in self.values} | set(self.offered)

    def set(self, **wish):
        """A list gives a name as often as it has values; None takes it away."""
        for name, value in wish.items():
            assert name in self.names(), f"the form has no field {name}, but {self.names()}"
            self.values = [(n, v) for n, v in self.values if n != name]
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    self.values.append((name, one))
        return self

    def get(self, name):
        return next((v for n, v in self.values if n == name), None)


class Page(HTMLParser):
    """What stands in a page: text, links, forms, rows of tables by their columns."""

    def __init__(self, answer):
        super().__init__()
        self.status, self.headers, self.html = answer.status_code, answer.headers, answer.text
        self.url = str(answer.url)
        self.location = answer.headers.get("location")
        self.forms, self.links, self.rows, self.headings, self.ids = [], [], [], [], set()
        self.lang = self.title = self.notice = self.trouble = None
        self.open, self.words, self.select, self.named = [], [], None, set()
        self.feed(answer.text if "html" in answer.headers.get("content-type", "") else "")
        self.text = " ".join(" ".join(self.words).split())
        assert self.named <= self.ids, f"nothing has these ids: {self.named - self.ids}"

    def handle_starttag(self, tag, pairs):
        a = dict(pairs)
        if "id" in a:
            assert a["id"] not in self.ids, f"the id {a['id']} is there twice"
            self.ids.add(a["id"])
        self.named |= set(a.get("aria-describedby", "").split() + a.get("for", "").split())
        if a.get("href", "").startswith("#"):
            self.named.add(a["href"][1:])
        if tag == "html":
            self.lang = a["lang"]
        elif tag == "form":
            self.forms.append(Form(a))
        elif tag == "a":
            self.links.append([a["href"], a.get("aria-label", "")])
        elif tag == "tr":
            self.rows.append({})
        elif tag in ("input", "select", "option", "textarea") and self.forms:
            self.field(tag, a)
        if tag not in EMPTY:
            self.open.append((tag, a))

    def field(self, tag, a):
        form, kind = self.forms[-1], a.get("type")
        if tag == "select":
            self.select = a["name"]
            form.offered[self.select] = []
        elif tag == "option":
            form.offered[self.select].append(a["value"])
            if "selected" in a or len(form.offered[self.select]) == 1:
                form.values = [(n, v) for n, v in form.values if n != self.select]
                form.values.append((self.select, a["value"]))
        elif kind in ("radio", "checkbox") and "name" in a:
            form.offered.setdefault(a["name"], []).append(a["value"])
            if "checked" in a:
                form.values.append((a["name"], a["value"]))
        elif "name" in a:
            form.values.append((a["name"], a.get("value", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if not data.strip():
            return
        self.words.append(data)
        if "title" in tags:
            self.title = data
        heading = next((tag for tag in tags if tag in ("h1", "h2", "h3")), None)
        if heading:
            self.headings.append((heading, data.strip()))
        if "a" in tags:
            self.links[-1][1] = " ".join((self.links[-1][1], data)).strip()
        for tag, a in self.open:
            if "notice" in a.get("class", "").split():
                self.notice = data
            if a.get("id") == "trouble":
                self.trouble = ((self.trouble or "") + " " + data).strip()
            if tag in ("td", "th") and self.rows:
                label = a.get("data-label") or ("name" if a.get("scope") == "row" else None)
                if label:
                    row = self.rows[-1]
                    row[label] = " ".join((row.get(label, "") + " " + data).split())

    def row(self, name):
        """The row of a table that begins with this name."""
        found = [r for r in self.rows if r.get("name") == name]
        assert len(found) <= 1, found
        return found[0] if found else None

    def link(self, text):
        """Where the link leads whose text, or name for screen readers, has this in it."""
        found = [href for href, words in self.links if text in words]
        assert found, f"no link {text!r} among {self.links}"
        return found[0]

    def form(self, part=""):
        """The one that sends to such an address, rather than one that asks there."""
        found = sorted((f for f in self.forms if part in f.action), key=lambda f: f.method != "post")
        assert found, f"no form {part!r} among {[f.action for f in self.forms]}"
        return found[0]

    def value_of(self, field):
        """What stands in an input of this id, which may belong to no form."""
        class Finder(HTMLParser):
            found = None

            def handle_starttag(self, tag, pairs):
                a = dict(pairs)
                if tag == "input" and a.get("id") == field:
                    self.found = a.get("value")
        finder = Finder()
        finder.feed(self.html)
        return finder.found


class Browser:
    def __init__(self, base_url, language="en"):
        self.base_url = base_url
        self.client = httpx.Client(base_url=base_url, verify=False, timeout=30, headers={
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language})

    def request(self, method, path, **more):
        page = Page(self.client.request(method, path, **more))
        if page.value_of("token"):
            conftest.SEEN_SECRETS.add(page.value_of("token"))
        return page

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, values, origin=None):
        """A form as a browser sends it."""
        data = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        return self.request("POST", path, data=data, headers={"Origin": origin or self.base_url})

    def send(self, page, form=None, follow=True):
        form = form or page.form()
        assert form.method == "post"
        answer = self.post(urljoin(page.url, form.action), form.values)
        return self.follow(answer) if follow else answer

    def follow(self, page):
        for _ in range(5):
            if page.status != 303:
                break
            page = self.get(urljoin(page.url, page.location))
        return page

    def log_in(self, email, password):
        page = self.get("/login")
        page.form("/login").set(email=email, password=password)
        return self.send(page)
