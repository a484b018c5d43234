"""tour_application.py: the part of the tour with an application behind the authorizer, which knows
nothing of keys, and with one that holds a key in its own hands and asks for verdicts."""


def application(t):
    """What the web server lets through to contrib/example-app.py, and what it is told."""
    w = t.world
    files, there = f"/files/{w.PROVIDER}", t.application
    t.headline("An application behind the authorizer: it is told who calls, and what is not allowed never reaches it")
    t.ask("a source, by a person's token", "GET", f"/sources/{w.SOURCE}/README.md", w.PERSONAL_TOKEN, to=there,
          type="user", id=w.MEMBER, organization=w.ORG, kind="personal")
    t.ask("as a Source Member a machine reads only", "PUT", f"/sources/{w.SOURCE}/README.md", w.MACHINE_TOKEN, 403,
          "role", to=there)
    t.ask("what belongs to an organization, by its key", "GET", f"/org/{w.ORG}/hello", w.ORG_TOKEN, to=there,
          type="organization", id=w.ORG, kind="organization")
    t.ask("a file below the base path of a provider key", "GET", files + "/backups/2025/january.txt",
          w.PROVIDER_TOKEN, to=there, type="user", id=w.MEMBER, kind="provider")
    t.ask("outside of it", "GET", files + "/documents/contract.txt", w.PROVIDER_TOKEN, 403, "path", to=there)
    t.ask("a way round with dots, in disguise", "GET", files + "/backups/%2e%2e/documents/contract.txt",
          w.PROVIDER_TOKEN, 403, "not_canonical", to=there)
    t.ask("a table, by a space token", "GET", f"/api/table/{w.TABLE}/record", w.SPACE_TOKEN, to=there,
          type="user", id=w.MEMBER, kind="space")
    t.ask("no credential at all", "GET", f"/org/{w.ORG}/hello", None, 401, "no_credential", to=there)
    key, token = t.own_key(t.member, "personal", expires_in_days=30)
    t.ask("a second token of the person", "GET", f"/sources/{w.SOURCE}/README.md", token, to=there, id=w.MEMBER)
    t.end_key(t.member, key)
    t.ask("it is deleted", "GET", f"/sources/{w.SOURCE}/README.md", token, 401, "revoked", to=there)
    t.ask("a public route needs no key", "GET", "/health", None, to=there, type=None, id=None)
    t.ask("a route that nobody wrote down is closed", "GET", "/unheard/of", w.ORG_TOKEN, 403, "no_route", to=there)


def verdicts(t):
    """An application that holds a key itself asks claviger instead of being guarded by it."""
    w = t.world
    t.headline("Asking for a verdict: an application that holds a key in its own hands")
    for what, asked, allowed, code in (
            ("may it write there", {"token": w.PROVIDER_TOKEN, "path": "/backups/x"}, True, "ok"),
            ("and there", {"token": w.PROVIDER_TOKEN, "path": "/documents/x"}, False, "path"),
            ("a key of another organization", {"token": w.OTHER_TOKEN, "path": "/x"}, False, "unknown"),
    ):
        t.ask(what, "POST", "/v1/verify", w.ORG_TOKEN, code=code,
              body={"action": "write", "resource": w.PROVIDER, **asked}, holds=lambda said: said["allowed"] is allowed)


PARTS = (application, verdicts)
