"""process.py: one server process that ends with whoever started it, and small helpers around it.

Standard library only, like all that the demo needs.
"""

import ctypes
import os
import pwd
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time

LOOPBACK = "127.0.0.1"
SOCKET_PATH_MAX = 107
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class StackError(Exception):
    """Something did not start or stop as it should; the text says what, with the end of its log."""


# --- small helpers ---

def wait_until(true, seconds, what, log=None):
    """Ask true() until it holds; a StackError after so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise StackError(f"{what}: not within {seconds} s{tail(log)}")
        time.sleep(0.02)


def tail(log, lines=15):
    try:
        with open(log, errors="replace") as f:
            last = f.readlines()[-lines:]
    except (OSError, TypeError):
        return ""
    return f"\n--- the end of {log} ---\n" + "".join(last)


def write_file(path, text, mode=0o600):
    """Write a file that is never readable by more than its mode says, not even for a moment."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "w") as f:
        os.fchmod(fd, mode)
        f.write(text)


def make_directory(path, mode):
    """A directory with exactly this mode, whatever the umask."""
    os.makedirs(path, exist_ok=True)
    os.chmod(path, mode)


def secret_file(path):
    """A password of our own in a file; one that is there already stays."""
    if not os.path.exists(path):
        write_file(path, secrets.token_urlsafe(24) + "\n")
    return path


def port_is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count):
    """The first of so many free ports in a row."""
    for _ in range(200):
        first = secrets.randbelow(20000) + 10000
        if all(port_is_free(first + n) for n in range(count)):
            return first
    raise StackError("no free ports on " + LOOPBACK)


def user_exists(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def as_root():
    return os.geteuid() == 0


def reachable_by_others(path):
    """May another account pass through all directories above this one?"""
    while path != "/":
        path = os.path.dirname(path)
        if os.path.isdir(path) and not os.stat(path).st_mode & 0o001:
            return False
    return True


def private_directory(wish):
    """The wished directory if sockets in it have short enough names, no configuration file needs it
    quoted and, when root shares it with the accounts of the servers, these can reach it; a fresh
    temporary one otherwise."""
    wish = os.path.abspath(wish)
    if len(os.fsencode(wish + "/run/example.sock")) < SOCKET_PATH_MAX and \
            re.fullmatch(r"[\w./+-]+", wish, re.ASCII) and \
            (not as_root() or reachable_by_others(wish)):
        os.makedirs(wish, exist_ok=True)
        return wish
    return tempfile.mkdtemp(prefix="claviger-")


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(word) for word in f.read().split()]
    except OSError:
        return []


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as f:
            return f.read().strip()
    except OSError:
        return ""


def group_members(pgid):
    """Living processes of a process group."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pgid and fields[0] != "Z":
            found.append(int(name))
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- one process ---

class Process:
    """A program that runs in the foreground, in a process group of its own.  It ends when the
    process that started it ends, whatever the reason."""

    def __init__(self, name, argv, log, env=None, user=None):
        self.name, self.argv, self.log, self.env, self.user = name, argv, log, env, user
        self.popen = None

    @property
    def pid(self):
        return self.popen.pid if self.popen else None

    def running(self):
        return self.popen is not None and self.popen.poll() is None

    def start(self):
        account = pwd.getpwnam(self.user) if self.user else None
        parent = os.getpid()

        def in_child():
            if account:
                os.initgroups(account.pw_name, account.pw_gid)
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)
            # After the change of account, which clears it.
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env={**os.environ, **(self.env or {})}, start_new_session=True,
                preexec_fn=in_child)

    def wait_ready(self, ready, seconds):
        def ready_or_dead():
            return not self.running() or ready()

        wait_until(ready_or_dead, seconds, f"{self.name} ready", self.log)
        if not self.running():
            raise StackError(f"{self.name} ended with status {self.popen.returncode}{tail(self.log)}")

    def send(self, number):
        self.popen.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=15):
        """End it.  Returns the processes that it left behind, which are ended too."""
        if self.popen is None:
            return []
        if self.running():
            self.send(signal.SIGCONT)
            self.send(number)
            try:
                self.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        left = self.sweep()
        self.popen = None
        return left

    def kill(self):
        """kill -9, of the main process only."""
        self.send(signal.SIGKILL)
        self.popen.wait()

    def sweep(self):
        """End what is left of the group, after a moment to end by itself."""
        end = time.monotonic() + 2
        while group_members(self.pid) and time.monotonic() < end:
            time.sleep(0.02)
        left = group_members(self.pid)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return left

    def pause(self):
        self.send(signal.SIGSTOP)

    def resume(self):
        self.send(signal.SIGCONT)
