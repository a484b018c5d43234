"""Who is woken for a connection and ends without taking it: another one takes it.

The kernel wakes one worker for a connection (EPOLLEXCLUSIVE in epoll_ctl(2)).  That the one is told to leave before
it runs is a matter of microseconds, or of a busy machine; here it is held there with ptrace(2).
"""

import ctypes
import os
import signal
import time

import fcgi
import pytest

from process import LIBC, wait_until
from test_front_pool import get, log_of

PTRACE_DETACH, PTRACE_SYSCALL, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 24, 0x4206, 0x4207
WALL = 0x40000000


def ptrace(what, pid):
    LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if LIBC.ptrace(what, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def call_of(pid):
    """The number of the system call it is in; None while it runs or is gone."""
    try:
        with open(f"/proc/{pid}/syscall") as f:
            word = f.read().split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(word) if word.isdigit() else None


class Held:
    """A worker that sleeps until a connection comes, and then stands still instead of taking it."""

    def __init__(self, pid, wait):
        self.pid = pid
        ptrace(PTRACE_SEIZE, pid)
        ptrace(PTRACE_INTERRUPT, pid)
        self.stopped()
        # From here on it stops where a call begins and where it ends, by turns.
        while True:
            self.go_on()
            self.stopped()
            if call_of(pid) == wait:
                break
            self.go_on()
            self.stopped()
        self.go_on()

    def go_on(self):
        ptrace(PTRACE_SYSCALL, self.pid)

    def stopped(self, options=0):
        return os.waitpid(self.pid, WALL | options)[0] == self.pid

    def let_go(self):
        ptrace(PTRACE_DETACH, self.pid)


def begin_reload(stack, wait):
    """Both generations sleep, and the master stands still before it has told the old one to leave.  The worker of
    the old one, which is held as soon as it wakes, and that of the new one."""
    for _ in range(50):
        old, = stack.service.workers("app")
        reloads = len(log_of(stack, "reloaded"))
        held = Held(old, wait)
        stack.service.reload()
        wait_until(lambda: len(stack.service.workers("app")) == 2, 30, "both generations")
        stack.service.process.pause()
        if len(log_of(stack, "reloaded")) == reloads:
            new, = set(stack.service.workers("app")) - {old}
            wait_until(lambda: call_of(new) == wait, 30, "the new one sleeps")
            return held
        stack.service.process.resume()
        held.stopped()
        held.let_go()
        wait_until(lambda: old not in stack.service.workers("app"), 30, "the new generation only")
    raise AssertionError("it was always too late")


@pytest.fixture
def sleeper(new_stack):
    """A service with one worker, which sleeps; and the system call it sleeps in."""
    stack = new_stack(webs=(), settings={"service": {"app_workers": 1}})
    assert get(stack).status == 200
    worker, = stack.service.workers("app")
    try:
        wait_until(lambda: call_of(worker) is not None, 30, "it sleeps")
    except PermissionError:
        pytest.skip("ptrace(2) is not permitted here")
    time.sleep(0.1)  # so that it is no call of its start, or of that request
    return stack, call_of(worker)


def test_a_connection_for_which_a_leaving_worker_was_woken(sleeper):
    stack, wait = sleeper
    held = begin_reload(stack, wait)
    with fcgi.Connection(stack.app_socket, 10) as connection:
        connection.send(fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.pairs(fcgi.web_params("GET", "/healthz"))) +
                        fcgi.stream(fcgi.STDIN, b""))
        wait_until(lambda: held.stopped(os.WNOHANG), 10, "the old one is woken for it")
        reloads = len(log_of(stack, "reloaded"))
        stack.service.process.resume()
        wait_until(lambda: len(log_of(stack, "reloaded")) > reloads, 30, "the old one was told to leave")
        held.let_go()
        assert connection.reply().status == 200
    assert not log_of(stack, "process_died")
