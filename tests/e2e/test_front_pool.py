"""The pool: processes that die, hang, are replaced, reloaded and drained, while requests come."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import fcgi
import pymysql
import pytest

from process import alive, children_of, wait_until


def get(stack, target="/healthz", seconds=10):
    return fcgi.request(stack.app_socket, fcgi.web_params("GET", target), seconds=seconds)


class Load:
    """Clients that ask without a pause, until stop(); counts what they are answered."""

    def __init__(self, stack, clients=4):
        self.stack, self.good, self.bad, self.over = stack, 0, [], threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.over.is_set():
            try:
                reply = get(self.stack)
                if reply.status == 200 and reply.ended and reply.body == b'{"status":"ok"}':
                    self.good += 1
                else:
                    self.bad.append(repr(reply))
            except OSError as failure:
                self.bad.append(repr(failure))

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        return self.bad


def log_of(stack, event):
    with open(stack.path("log", "claviger.log")) as log:
        return [line for line in log if f'"event":"{event}"' in line]


def renewed(stack, before):
    """All processes of the service are others, as many as before, and ready."""
    now = set(children_of(stack.service.master))
    return not now & before and len(now) == len(before)


def reload(stack):
    before = set(children_of(stack.service.master))
    stack.service.reload()
    wait_until(lambda: renewed(stack, before), 30, "a new generation", stack.service.process.log)


def change_setting(stack, name, value):
    with open(stack.config) as f:
        lines = [f"{name} = {value}\n" if line.startswith(name + " =") else line for line in f]
    with open(stack.config, "w") as f:
        f.writelines(lines)


def sockets_of(pids):
    """How many sockets these processes hold, of connections and others."""
    count = 0
    for pid in pids:
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                count += os.readlink(fd).startswith("socket:")
    return count


def begun(stack, length=100, seconds=20):
    """A connection with a request in work: a worker has it, and its body has begun."""
    workers = stack.service.workers("app")
    before = sockets_of(workers)
    params = fcgi.web_params("POST", "/v1/session", CONTENT_LENGTH=length,
                             CONTENT_TYPE="application/json")
    connection = fcgi.Connection(stack.app_socket, seconds)
    connection.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.pairs(params)) +
                    fcgi.record(fcgi.STDIN, b"{"))
    wait_until(lambda: sockets_of(workers) > before, 30, "it is taken")
    return connection


def finish(connection, length=100):
    """The rest of the body; the answer, which says that it is no log-in."""
    connection.send(fcgi.stream(fcgi.STDIN, b" " * (length - 1)))
    reply = connection.reply()
    connection.close()
    return reply


@pytest.fixture
def own(new_stack):
    return new_stack(webs=())


# --- deaths ---

def test_killed_workers_are_replaced(own):
    load, kills = Load(own), 15
    for _ in range(kills):
        time.sleep(0.06)
        victim = min(own.service.workers("app"))
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in (now := own.service.workers("app")) and len(now) == 3, 30, "another")
    bad = load.stop()
    assert len(bad) <= kills, bad
    assert load.good > 100
    assert f"claviger_workers_died_total {kills}" in get(own, "/metrics").body.decode()


def test_other_processes_are_replaced(own):
    for role in ("gate", "keeper"):
        victim = own.service.workers(role)[0]
        count = len(own.service.workers(role))
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in own.service.workers(role) and
                   len(own.service.workers(role)) == count, 2, f"another {role}")


def test_worker_that_dies_at_once_is_not_replaced_without_a_pause(new_stack):
    stack = new_stack(webs=(), settings={"service": {"app_workers": 1}})
    seen, end = set(), time.monotonic() + 3
    while time.monotonic() < end:
        for pid in set(stack.service.workers("app")) - seen:
            seen.add(pid)
            os.kill(pid, signal.SIGKILL)
    assert 4 <= len(seen) <= 12, "0, 0, 50, 100, 200, 400, 800, 1000 ms"
    assert get(stack).status == 200


def test_worker_that_hangs_is_killed(new_stack):
    stack = new_stack(webs=(), settings={"service": {"app_workers": 1, "request_timeout": 2,
                                                     "read_timeout": 1}})
    worker, = stack.service.workers("app")
    with begun(stack) as connection:
        os.kill(worker, signal.SIGSTOP)
        assert get(stack, seconds=60).status == 200
        assert connection.reply().status is None
    assert worker not in stack.service.workers()
    assert len(log_of(stack, "process_hangs")) >= 1


def test_nothing_outlives_the_master(own):
    processes = children_of(own.service.master)
    assert len(processes) == 7
    own.service.kill()
    wait_until(lambda: not any(alive(pid) for pid in processes), 30, "all of them ended")
    assert os.path.exists(own.app_socket), "kill -9 leaves the sockets behind"
    own.service.start()
    assert get(own).status == 200


def test_second_master_is_refused(own):
    done = own.service.run("serve")
    assert done.returncode == 1
    assert f"{own.app_socket}: somebody listens there already" in done.stderr
    assert get(own).status == 200


# --- reload ---

def test_reload_loses_no_request(own):
    load = Load(own)
    for _ in range(5):
        reload(own)
    assert load.stop() == []
    assert load.good > 100
    assert len(log_of(own, "reloaded")) == 5


def test_reload_under_more_load_than_there_are_workers(own):
    """Sockets that are never empty: the old generation has to see that it shall go."""
    load = Load(own, clients=24)
    time.sleep(0.3)
    reload(own)
    assert load.stop() == []


def test_many_reloads_at_once(own):
    for _ in range(10):
        own.service.reload()
        time.sleep(0.005)

    def over():
        begun, ended = len(log_of(own, "reloading")), len(log_of(own, "reloaded"))
        return 1 <= begun == ended and len(children_of(own.service.master)) == 7

    wait_until(over, 30, "all that were asked for")
    assert get(own).status == 200


def test_request_in_work_outlives_a_reload(own):
    held = [begun(own) for _ in range(3)]
    own.service.reload()
    wait_until(lambda: len(own.service.workers("app")) == 6, 30, "both generations")
    assert get(own).status == 200
    for connection in held:
        assert finish(connection).status == 400
    wait_until(lambda: len(own.service.workers("app")) == 3, 30, "the new generation only")


def test_reload_takes_new_settings(own):
    change_setting(own, "app_workers", 5)
    own.service.reload()
    wait_until(lambda: len(own.service.workers("app")) == 5, 30, "five workers")
    change_setting(own, "app_workers", 1)
    own.service.reload()
    wait_until(lambda: len(own.service.workers("app")) == 1, 30, "one worker")


@pytest.mark.parametrize("name, value, said", [
    ("app_workers", "many", "must be a number"),
    ("socket_mode", "0666", "must give nothing to others"),
    ("routes", "/nonexistent", "/nonexistent"),
    ("pepper_file", "/nonexistent", "/nonexistent"),
    ("password_file", "/nonexistent", "/nonexistent"),
])
def test_bad_settings_change_nothing(own, name, value, said):
    before = set(children_of(own.service.master))
    change_setting(own, name, value)
    own.service.reload()
    wait_until(lambda: log_of(own, "reload_refused"), 30, "the refusal")
    assert any(said in line for line in log_of(own, "reload_problem"))
    time.sleep(0.2)
    assert set(children_of(own.service.master)) == before
    assert get(own).status == 200


def test_sockets_stay_where_they_are(own):
    change_setting(own, "app_socket", own.app_socket + "2")
    reload(own)
    assert len(log_of(own, "restart_needed")) == 1
    assert get(own).status == 200
    assert not os.path.exists(own.app_socket + "2")


def test_reload_through_each_web_server(web, stack, api):
    load, over, answers = [], threading.Event(), []

    def ask():
        while not over.is_set():
            answers.append(api.at(web.base_url).get("/healthz").status_code)

    for _ in range(3):
        load.append(threading.Thread(target=ask))
        load[-1].start()
    reload(stack)
    over.set()
    for thread in load:
        thread.join()
    assert set(answers) == {200}


# --- stop ---

def test_stop_answers_what_is_in_work_and_queued(own):
    held = [begun(own) for _ in range(3)]
    queued = [fcgi.Connection(own.app_socket, seconds=20) for _ in range(6)]
    for connection in queued:
        connection.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS,
                        fcgi.pairs(fcgi.web_params("GET", "/healthz"))) + fcgi.stream(fcgi.STDIN, b""))
    time.sleep(0.1)
    own.service.process.send(signal.SIGTERM)
    wait_until(lambda: not os.path.exists(own.app_socket), 30, "nobody new")
    for connection in held:
        assert finish(connection).status == 400
    for connection in queued:
        assert connection.reply().status == 200
        connection.close()
    assert own.service.process.popen.wait(5) == 0
    assert not os.path.exists(own.gate_socket)


def test_stop_under_load(own):
    load = Load(own, clients=24)
    time.sleep(0.3)
    own.service.process.send(signal.SIGTERM)
    assert own.service.process.popen.wait(60) == 0
    bad = load.stop()
    # Whoever comes later finds no socket; whoever was let in is answered.
    assert [line for line in bad if "FileNotFoundError" not in line] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_who_is_idle_stops(own, number):
    own.service.process.send(number)
    assert own.service.process.popen.wait(20) == 0
    assert log_of(own, "stopped")


def test_asked_twice_it_does_not_wait(own):
    with begun(own):
        own.service.process.send(signal.SIGTERM)
        time.sleep(0.2)
        assert own.service.process.running()
        own.service.process.send(signal.SIGTERM)
        assert own.service.process.popen.wait(20) == 0


# --- log ---

def test_log_is_opened_anew(new_stack, tmp_path):
    log = tmp_path / "service.log"
    stack = new_stack(webs=(), settings={"service": {"log_file": log}})
    assert get(stack).status == 200
    wait_until(lambda: log.read_text().count('"request_id"') == 1, 30, "a line")
    log.rename(tmp_path / "old.log")
    stack.service.process.send(signal.SIGUSR1)
    wait_until(log.exists, 30, "a new log")
    time.sleep(0.1)
    for _ in range(10):
        get(stack)
    wait_until(lambda: log.read_text().count('"request_id"') == 10, 30, "ten lines")


# --- the database ---

def test_database_that_is_away_and_comes_back(own):
    before = set(children_of(own.service.master))
    assert get(own, "/readyz").status == 200
    own.database.kill()
    for _ in range(5):
        assert get(own, "/readyz").status == 503
        gate = fcgi.request(own.gate_socket, fcgi.web_params("GET", "/x", CLAVIGER_MODE="auth",
                            token="drv_" + "0" * 40))
        assert gate.status in (401, 403, 503)
    own.database.start()
    wait_until(lambda: get(own, "/readyz").status == 200, 30, "the service is back")
    assert set(children_of(own.service.master)) == before


def test_start_without_a_database(own):
    own.service.stop()
    own.database.kill()
    own.service.start()
    assert get(own).status == 200
    assert get(own, "/readyz").status == 503
    own.service.reload()
    wait_until(lambda: log_of(own, "reloaded"), 30, "a reload without it")
    own.database.start()
    wait_until(lambda: get(own, "/readyz").status == 200, 30, "the service is back")


def wait_prepared(stack):
    """Until no process prepares statements any more."""
    seen = []
    with pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin) as connection:
        with connection.cursor() as cursor:
            while len(set(seen[-8:])) != 1 or len(seen) < 8:
                cursor.execute("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")
                seen.append(cursor.fetchone()[1])
                time.sleep(0.25)


def test_schema_that_does_not_fit(own, statement):
    wait_prepared(own)
    statement(own, "ALTER TABLE session RENAME COLUMN ended_at TO ended")
    # Those of an earlier test may still be leaving.
    wait_until(lambda: len(children_of(own.service.master)) == 7, 30, "one generation")
    before = set(own.service.workers("app"))
    own.service.reload()
    wait_until(lambda: log_of(own, "reload_refused"), 30, "the refusal")
    assert "does not fit" in log_of(own, "reload_refused")[-1]
    assert any("session" in line for line in log_of(own, "statement_misfit"))
    wait_until(lambda: set(own.service.workers("app")) == before, 30, "the old generation only")
    done = own.service.run("check")
    assert done.returncode == 1
    assert "session" in done.stderr

    own.service.restart()
    with pytest.raises(OSError):
        get(own, seconds=1)
    statement(own, "ALTER TABLE session RENAME COLUMN ended TO ended_at")
    wait_until(lambda: len(children_of(own.service.master)) == 7, 30, "all processes")
    wait_until(lambda: get(own, "/readyz").status == 200, 30, "service")


@pytest.fixture
def statement():
    def run(stack, sql):
        connection = pymysql.connect(unix_socket=stack.database.socket, user=stack.database.admin,
                                     database="claviger", autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.close()

    return run
