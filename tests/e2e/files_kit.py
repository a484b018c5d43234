"""files_kit.py: providers on a disk of the test's own, keys for them, and the addresses of contents."""

import os
import secrets
import time

import httpx

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_id(prefix):
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(20))


class Provider:
    """A provider of an organization, in a directory of its own, with what is put there beforehand."""

    def __init__(self, stack, org, db, **config):
        self.stack, self.org, self.db = stack, org, db
        self.root = None  # a storage elsewhere
        if not config:
            self.root = os.path.join(stack.files, secrets.token_hex(6))
            os.mkdir(self.root)
            config = {"driver": "local", "root": self.root}
        self.id = org.add_resource("provider", config=config)
        self.owner = org.admin.must("GET", "/v1/self")["id"]

    def on_disk(self, path):
        return self.root + path

    def put(self, path, content):
        """What somebody else put there."""
        os.makedirs(os.path.dirname(self.on_disk(path)), exist_ok=True)
        with open(self.on_disk(path), "wb") as f:
            f.write(content)

    def all(self):
        """Every path there is, with its content; links as where they lead."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            for name in names + folders:
                path = os.path.join(folder, name)
                if os.path.islink(path):
                    found[path[len(self.root):]] = "-> " + os.readlink(path)
                elif os.path.isfile(path):
                    found[path[len(self.root):]] = open(path, "rb").read()
        return found

    def row(self, path, pending=False, folder=False, size=0):
        """The id of a path, as one who listed its folder or asked to upload it would have it."""
        row = {"org": self.org.id, "id": new_id("fol_" if folder else "fil_"), "provider": self.id,
               "path": path.encode(), "parent": (os.path.dirname(path) or "/").encode(),
               "name": os.path.basename(path), "folder": int(folder), "pending": int(pending), "size": size,
               "mime": None if folder else "text/plain", "now": int(time.time()), "by": self.owner}
        with self.db.cursor() as c:
            c.execute("INSERT INTO file (org_id, id, provider_id, path, parent, name, folder, pending, size, "
                      "mime, created_at, created_by, updated_at) VALUES (%(org)s, %(id)s, %(provider)s, "
                      "%(path)s, %(parent)s, %(name)s, %(folder)s, %(pending)s, %(size)s, %(mime)s, %(now)s, "
                      "%(by)s, %(now)s)", row)
        return row["id"]

    def session(self, path, size, chunk_size, token=None):
        """An upload in chunks, as one who asked for it would have it; its id."""
        row = {"org": self.org.id, "id": new_id("upl_"), "provider": self.id, "file": self.row(path, True),
               "path": path.encode(), "token": token, "size": size, "chunk_size": chunk_size,
               "chunks": -(-size // chunk_size), "by": self.owner, "now": int(time.time())}
        with self.db.cursor() as c:
            c.execute("INSERT INTO upload (org_id, id, provider_id, file_id, path, mime, token, size, chunk_size, "
                      "chunks, created_at, created_by, updated_at) VALUES (%(org)s, %(id)s, %(provider)s, %(file)s, "
                      "%(path)s, 'text/plain', %(token)s, %(size)s, %(chunk_size)s, %(chunks)s, %(now)s, %(by)s, "
                      "%(now)s)", row)
        if self.root:
            open(self.on_disk("/.claviger-" + row["id"]), "xb").close()
        return row["id"], row["file"]

    def rows(self):
        with self.db.cursor() as c:
            c.execute("SELECT path, pending, size FROM file WHERE provider_id = %s", self.id)
            return {r["path"].decode(): r for r in c.fetchall()}

    def key(self, scope="write", base=None, by=None, **wish):
        if base is not None:
            wish["restrictions"] = [{"provider": self.id, "base_path": base}]
        return self.org.add_key("provider", by=by, scopes=[scope], **wish)["token"]


class Contents:
    """The addresses of contents, with one credential."""

    def __init__(self, base_url, token, **headers):
        self.base_url = base_url
        self.headers = {**({"Authorization": "Bearer " + token} if token else {}), **headers}

    def upload(self, file_id, content, **headers):
        return httpx.post(f"{self.base_url}/api/upload/proxy?fileId={file_id}", content=content,
                          headers={**self.headers, **headers}, timeout=60)

    def chunk(self, session, number, content):
        return httpx.post(f"{self.base_url}/api/upload/chunk?sessionId={session}&chunkIndex={number}",
                          content=content, headers=self.headers, timeout=60)

    def download(self, file_id, **headers):
        return httpx.get(f"{self.base_url}/api/download/proxy?fileId={file_id}",
                         headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
                         timeout=60)
