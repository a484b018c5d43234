#!/usr/bin/python3
"""demo.py: the part of contrib/demo that comes after building; contrib/demo starts it.

What it makes stays in build/demo and is used again by the next demo, unless --fresh is given.
"""

import argparse
import os
import shutil
import signal
import sys
import time

import tour
from process import StackError, alive, port_is_free, private_directory, wait_until, write_file
from stack import Stack
from world import Client, Refused, World, make_world

THINGS = ("SOURCE", "PROVIDER", "TABLE", "TABLE2", "TABLE3")
KEYS = ("PERSONAL_TOKEN", "MACHINE_TOKEN", "ORG_TOKEN", "PROVIDER_TOKEN", "SPACE_TOKEN")


class Failure(Exception):
    """The demo cannot go on; the text is for the person who started it."""


# --- what is kept in build/demo ---

class Place:
    """The files of the demo.  The servers' own directory is build/demo/stack, or a temporary one
    where that path is too long for sockets or closed to the servers' accounts."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        self.env = os.path.join(self.directory, "demo.env")
        self.log = os.path.join(self.directory, "demo.log")
        self.pid = os.path.join(self.directory, "demo.pid")
        self.where = os.path.join(self.directory, "where")
        os.makedirs(self.directory, exist_ok=True)

    def stack_directory(self):
        """The directory of the last time if there was one; the same again on the next call."""
        try:
            with open(self.where) as f:
                kept = f.read().strip()
            if os.path.isdir(kept):
                return kept
        except FileNotFoundError:
            pass
        made = private_directory(os.path.join(self.directory, "stack"))
        write_file(self.where, made + "\n")
        return made

    def forget(self):
        shutil.rmtree(self.stack_directory(), ignore_errors=True)
        for path in (self.env, self.where):
            if os.path.exists(path):
                os.unlink(path)

    def running(self):
        """The process id of the demo that runs, or None."""
        try:
            with open(self.pid) as f:
                pid, started = f.read().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if started == start_time(int(pid)) else None

    def claim(self):
        write_file(self.pid, f"{os.getpid()} {start_time(os.getpid())}\n")

    def read_env(self):
        try:
            with open(self.env) as f:
                return World(line.rstrip("\n").split("=", 1) for line in f if "=" in line)
        except FileNotFoundError:
            return None


def start_time(pid):
    """When a process started: its number alone may belong to another one by now."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[19] if alive(pid) else ""
    except OSError:
        return ""


# --- starting ---

def new_stack(place, options):
    return Stack(options.program, place.stack_directory(), webs=(options.server,), port=options.port, mailbox=True,
                 settings={"service": {"base_url": f"http://127.0.0.1:{options.port}"}})


def still_works(world, base_url):
    """Is all there that this tour asks about, can the people log in, and do their keys open?"""
    if not all(hasattr(world, thing) for thing in THINGS):
        return False
    try:
        visitor = Client(base_url)
        for who in ("ADMIN", "MEMBER", "OTHER_ADMIN"):
            visitor.log_in(getattr(world, who + "_EMAIL"), getattr(world, who + "_PASSWORD"))
        return all(Client(base_url, getattr(world, key)).ask("GET", "/v1/self").status == 200
                   for key in KEYS)
    except (AttributeError, Refused):
        return False


def write_env(place, stack, world):
    """demo.env: first what programs are promised, then what the tour needs besides."""
    world.__dict__.update({
        "BASE_URL": stack.web.base_url, "PROTECTED_URL": stack.web.protected_url,
        "APP_SOCKET": stack.app_socket, "GATE_SOCKET": stack.gate_socket,
        "DB_SOCKET": stack.database.socket, "MASTER_PID": str(stack.service.master),
        "FILES_DIR": stack.files, "MAIL_DIR": stack.mail,
    })
    write_file(place.env, "".join(f"{name}={value}\n" for name, value in sorted(world.values().items())))


def start(place, options):
    """A running stack and its world: the one of last time, or a new one."""
    known = place.read_env()
    if options.fresh or known is None:
        place.forget()
        known = None
    for port in range(options.port, options.port + 3):
        if not port_is_free(port):
            raise Failure(f"port {port} is taken; choose another with --port")
    stack = new_stack(place, options)
    say = lambda what: print(f"  starting {what}", flush=True)
    try:
        stack.start(say)
        if known and not still_works(known, stack.web.base_url):
            print("  what is kept from last time does not work any more: starting from nothing")
            stack.stop()
            place.forget()
            known = None
            stack = new_stack(place, options)
            stack.start(say)
        if known is None:
            print("  making organizations, people, things and keys", flush=True)
            known = make_world(stack, stack.web.base_url)
        write_env(place, stack, known)
    except BaseException:
        stack.stop()
        raise
    return stack, known


# --- staying and ending ---

class Ended(Exception):
    """Someone asked the demo to end."""


def end_on_signals():
    def handler(*_):
        # Once: a second Ctrl-C must not disturb the stopping.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Ended

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def stay(stack):
    """Until someone ends it, or one of the servers ended by itself."""
    while True:
        time.sleep(1)
        for part in (stack.database, stack.service, stack.web):
            if not part.process.running():
                raise Failure(f"{part.process.name} ended; its log is {part.process.log}")


def welcome(stack, place, world):
    base = stack.web.base_url
    print(f"""
claviger is at              {base}
an application it protects  {stack.web.protected_url}
addresses, passwords, keys  {place.env}
mail it sends               {stack.mail}
directories for sources     {stack.files}

Its pages are for people: {base}/login
  {world.ADMIN_EMAIL:<18} {world.ADMIN_PASSWORD:<26} rules Acme
  {world.MEMBER_EMAIL:<18} {world.MEMBER_PASSWORD:<26} is a member there
  {world.OTHER_ADMIN_EMAIL:<18} {world.OTHER_ADMIN_PASSWORD:<26} rules Zenith, and sees nothing of Acme

In another terminal:
  . {place.env}
  curl -H "Authorization: Bearer $ORG_TOKEN" $BASE_URL/v1/organizations/$ORG/appointments
  curl -H "Authorization: Bearer $PROVIDER_TOKEN" $BASE_URL/graphql --json '{{"query": "{{ me {{ id email }} }}"}}'
  curl -H "Authorization: Bearer $SPACE_TOKEN" $BASE_URL/api/table/$TABLE/record
  curl -H "Authorization: Bearer $MACHINE_TOKEN" $PROTECTED_URL/sources/$SOURCE/README.md
""", flush=True)


def run(place, options, ready=lambda: None):
    """The demo from start to end; its exit status."""
    end_on_signals()
    stack = None
    try:
        place.claim()
        stack, world = start(place, options)
        status = 0
        if options.mode != "background":
            status = 0 if tour.run(world) else 1
        if options.mode != "tour":
            welcome(stack, place, world)
            ready()
            if options.mode == "stay":
                print("Ctrl-C ends it.", flush=True)
            stay(stack)
        return status
    except Ended:
        return 0 if options.mode != "tour" else 1
    except (Failure, StackError, Refused, OSError) as failure:
        print(f"demo: {failure}", file=sys.stderr, flush=True)
        return 1
    finally:
        if stack:
            stack.stop()
        if os.path.exists(place.pid):
            os.unlink(place.pid)


def run_in_background(place, options):
    """Return when it is ready; it goes on by itself until --stop."""
    reader, writer = os.pipe()
    if os.fork() > 0:
        os.close(writer)
        with os.fdopen(reader) as told:
            if told.read() == "ready":
                print(f"  running in the background; its log is {place.log}")
                with open(place.log) as f:
                    sys.stdout.write(f.read())
                print("./contrib/demo --stop ends it.")
                return 0
        with open(place.log) as f:
            sys.stderr.write(f.read())
        return 1
    os.close(reader)
    os.setsid()
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)

    def ready():
        os.write(writer, b"ready")
        os.close(writer)

    os._exit(run(place, options, ready))


def stop(place):
    pid = place.running()
    if pid is None:
        print("no demo is running")
        return 0
    started = start_time(pid)
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: start_time(pid) != started, 60, "the end of the demo")
    print("the demo has ended")
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--server", default="nginx")
    parser.add_argument("--port", type=int, default=8480)
    parser.add_argument("--mode", choices=("stay", "tour", "background", "stop"), default="stay")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    place = Place(options.directory)
    if options.mode == "stop":
        return stop(place)
    if place.running():
        if options.mode == "tour" and not options.fresh:
            print("  the demo that is running is shown")
            return 0 if tour.run(place.read_env()) else 1
        print("demo: a demo is running; ./contrib/demo --stop ends it", file=sys.stderr)
        return 1
    if options.mode == "background":
        return run_in_background(place, options)
    return run(place, options)


if __name__ == "__main__":
    sys.exit(main())
