"""A database whose disk is full: keys are checked as ever, and a change happens as a whole or not at all.

Two small disks of the test's own: one for the database, one for its binary log, where MariaDB waits
for room instead of refusing.
"""

import os
import shutil
import subprocess

import pymysql
import pytest

from api_kit import is_refused
from conftest import Api, Org
from world import Client, bootstrap, new_password

class Disk:
    """A small file system, and a file that takes all the room there is."""

    def __init__(self, path, size):
        self.path, self.filler = path, os.path.join(path, "filler")
        os.makedirs(path, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", path]
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("nothing can be mounted here")

    def fill(self):
        fd = os.open(self.filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while True:
                os.write(fd, bytes(1 << 16))
        except OSError:
            os.close(fd)

    def make_room(self):
        if os.path.exists(self.filler):
            os.unlink(self.filler)

    def give_back(self):
        # Lazily: whoever looks at it just now must not make the tests fail.
        subprocess.run(["umount", "-l", self.path], check=True)


class Place(Org):
    """A stack of its own on these disks, with an organization."""

    def __init__(self, stack, disk, log_disk):
        email, password = "full@test.example", new_password()
        bootstrap(stack.service, "First", email, password, "Admin")
        api = Api(stack.web.base_url)
        self.stack, self.disk, self.log_disk = stack, disk, log_disk
        super().__init__(api, api.log_in(email, password), "Full")
        self.old = Org(api, self.admin, "Old")
        # In tables of less than a megabyte MariaDB finds no room to undo an insert, and ends.
        assert self.events(300, 5000)

    def add(self):
        return self.add_key("organization", permission="read")

    def key(self):
        """One that has been checked on this host."""
        key = self.add()
        assert self.use(key) == 200
        return key

    def ask(self, method, path, body=None, token=None):
        return Client(self.stack.web.base_url, token or self.admin.token).ask(method, path, body)

    def use(self, key):
        return self.ask("GET", "/v1/self", token=key["token"]).status

    def revoke(self, key):
        return self.ask("DELETE", f"{self.path}/keys/{key['id']}")

    def is_alive(self, key):
        state = self.admin.must("GET", f"{self.path}/keys/{key['id']}")["state"]
        assert self.use(key) == {"active": 200, "revoked": 401}[state]
        return state == "active"

    def query(self, text, *args):
        with pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                             database="claviger", cursorclass=pymysql.cursors.DictCursor) as db, db.cursor() as cursor:
            cursor.execute(text, args)
            return cursor.fetchall()

    def events(self, n, size):
        """So many more of another organization, of so many bytes each; False: there is no room."""
        with pymysql.connect(unix_socket=self.stack.database.socket, user=self.stack.database.admin,
                             database="claviger", autocommit=True) as db, db.cursor() as cursor:
            cursor.execute("SET sql_log_bin = 0")
            try:
                cursor.execute("INSERT INTO audit (org_id, at, action, actor_type, actor_id, after_change) "
                               "SELECT %s, 1, 'org.change', 'operator', 'operator', REPEAT('x', %s) "
                               f"FROM seq_1_to_{n}", (self.old.id, size))
            except pymysql.err.OperationalError as error:
                assert error.args[0] == 1114, error
                return False
            return True

    def fill(self):
        """Until there is no room for another event."""
        self.disk.fill()
        for n, size in ((100, 5000), (10, 5000), (1, 5000), (1, 1)):
            while self.events(n, size):
                pass

    def connections(self):
        return int(self.query("SHOW GLOBAL STATUS LIKE 'Connections'")[0]["Value"])

    def metric(self, name):
        text = self.ask("GET", "/metrics").text
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))

    def is_whole(self):
        """Each key has the events of what happened to it and no other, and every chain holds."""
        [row] = self.query("SELECT COUNT(*) AS made, COUNT(ended_at) AS ended FROM api_key WHERE org_id = %s", self.id)
        told = {row["action"]: row["n"] for row in self.query(
            "SELECT action, COUNT(*) AS n FROM audit WHERE org_id = %s GROUP BY action", self.id)}
        assert (told["key.create"], told["key.end"]) == (row["made"], row["ended"])
        done = self.stack.service.run("audit", "verify")
        assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def place(new_stack_session):
    stack = new_stack_session()
    disks = []
    try:
        for path, size in ((stack.database.directory, "112m"), (stack.path("binlog"), "24m")):
            disks.append(Disk(path, size))
        shutil.chown(disks[1].path, stack.database.user or "root")
        stack.database.process.argv += ["--innodb-autoextend-increment=8", "--server-id=1",
                                        "--log-bin=" + os.path.join(disks[1].path, "bin")]
        stack.start()
        yield Place(stack, *disks)
        assert stack.stop() == []
    finally:
        stack.stop()
        for disk in disks:
            disk.give_back()


def test_a_full_disk(place):
    keys, cold, workers = [place.key() for _ in range(12)], place.add(), place.stack.service.workers()
    place.fill()
    try:
        counted, connections = place.metric("claviger_database_full_total"), place.connections()
        refused = []
        for key in keys:
            answer = place.revoke(key)
            if answer.status != 204:
                is_refused(answer, 503, "database_full")
                assert answer.headers["Retry-After"] == "60"
            # What was not answered with success did not happen, and what was did.
            assert place.is_alive(key) == (answer.status != 204)
            refused += [key] if answer.status != 204 else []
        assert len(refused) > 8
        assert place.metric("claviger_database_full_total") >= counted + len(refused)
        is_refused(place.ask("POST", place.path + "/keys", {"kind": "organization", "permission": "read", "name": "no room",
                                                            "description": "long " * 90}), 503, "database_full")
        done = place.stack.service.run("key", "revoke", place.id, refused[0]["id"])
        assert done.returncode == 1 and done.stderr.endswith("(database_full)\n")
        # A full disk is no broken connection: nobody had to connect anew but the command, and this test.
        assert place.connections() < connections + 8
        assert [place.use(key) for key in (refused[0], cold)] == [200, 200]
        assert place.ask("GET", "/v1/self", token="dk_" + "0" * 49).status == 401
        assert place.ask("GET", "/readyz").status == 200
        assert "no room" not in [k["name"] for k in place.admin.must("GET", place.path + "/keys")["items"]]
    finally:
        place.disk.make_room()
    for key in refused:
        assert place.revoke(key).status == 204
        assert place.use(key) == 401
    assert place.stack.service.workers() == workers
    place.is_whole()


def test_a_log_that_waits_for_room(place):
    """The database neither makes the change nor refuses it.  What becomes of it is what is so afterwards."""
    keys, other = [place.key() for _ in range(6)], place.key()
    place.log_disk.fill()
    try:
        # There is room in what the log has begun of a page.
        while (answer := place.revoke(keys[-1])).status == 204:
            assert not place.is_alive(keys.pop())
        # The keeper's seal may wait already, with the organization; then nothing was sent to be made.
        assert answer.code in ("write_uncertain", "race_lost")
        assert place.is_alive(keys[-1]) and place.use(other) == 200
    finally:
        place.stack.database.kill()
        place.log_disk.make_room()
        place.stack.database.start()
    place.stack.wait_ready()
    if place.is_alive(keys[-1]):
        assert place.revoke(keys[-1]).status == 204
    assert not place.is_alive(keys[-1]) and place.use(other) == 200
    place.is_whole()
