"""`claviger migrate`: it may be run again, and never takes the keys of an installation away."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pymysql
import pytest


@pytest.fixture
def alone(new_stack):
    """A stack without a web server, for a test that spoils its database or its files."""
    return new_stack(webs=())


def query(stack, text):
    connection = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin, autocommit=True)
    with connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def contents(stack):
    return {name: open(stack.path("etc", name)).read() for name in ("pepper", "secret")}


def test_again_changes_nothing(alone):
    files, rows = contents(alone), query(alone, "SELECT * FROM claviger.schema_version")
    grants = query(alone, "SHOW GRANTS FOR claviger_gate@localhost")
    for _ in range(2):
        done = alone.service.run("migrate")
        assert (done.returncode, done.stdout, done.stderr) == (0, "the schema is up to date\n", "")
    assert contents(alone) == files
    assert query(alone, "SELECT * FROM claviger.schema_version") == rows
    assert query(alone, "SHOW GRANTS FOR claviger_gate@localhost") == grants


def test_from_nothing(alone):
    """Database, accounts and key files are made, and the files are for the owner alone."""
    alone.service.stop()
    query(alone, "DROP DATABASE claviger")
    query(alone, "DROP USER claviger_app@localhost, claviger_gate@localhost")
    for name in ("pepper", "secret"):
        os.unlink(alone.path("etc", name))
    done = alone.service.run("migrate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "applying 0001_init.sql" in done.stdout
    for name, text in contents(alone).items():
        assert stat.S_IMODE(os.stat(alone.path("etc", name)).st_mode) == 0o600
        assert text.strip() not in done.stdout
    assert alone.service.run("check").returncode == 0


def test_several_at_once(alone):
    """One works, the others wait and find nothing to do."""
    alone.service.stop()
    query(alone, "DROP DATABASE claviger")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: alone.service.run("migrate"), range(4)))
    assert [run.returncode for run in done] == [0] * 4, [run.stderr for run in done]
    assert sum("applying 0001_init.sql" in run.stdout for run in done) == 1
    assert alone.service.run("check").returncode == 0


@pytest.mark.parametrize("name", ["pepper", "secret"])
def test_a_lost_file_is_not_made_anew(alone, name):
    path = alone.path("etc", name)
    os.rename(path, path + ".lost")
    done = alone.service.run("migrate")
    assert done.returncode == 1
    assert f"{path}: is missing, and the database has keys that need it: restore it" in done.stderr
    assert not os.path.exists(path)
    os.rename(path + ".lost", path)
    assert alone.service.run("migrate").returncode == 0


def test_a_newer_schema_is_refused(alone):
    query(alone, "INSERT INTO claviger.schema_version VALUES (9999, 'of the future', 0)")
    done = alone.service.run("migrate")
    assert done.returncode == 1
    assert "newer than this program" in done.stderr and "install the newer program" in done.stderr


def test_passwords_of_the_accounts_follow_their_files(alone):
    with open(alone.path("etc", "db-app"), "w") as file:
        file.write("another password of the account\n")
    assert alone.service.run("org", "list").returncode == 1
    assert alone.service.run("migrate").returncode == 0
    assert alone.service.run("org", "list").returncode == 0


def test_a_database_that_is_not_there(alone):
    alone.database.stop()
    done = alone.service.run("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("claviger: cannot connect to the database: ")
