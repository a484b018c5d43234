"""Exact to the request: a check that begins after a change was told to be done is answered by it, however
busy the key is, whatever is remembered of it, and whoever is killed in the middle.

Eight clients ask about one key without a pause, through every door there is, until all of them were accepted
by what is remembered; a change is made; who made it asks on all doors at once, and the clients go on.
Whatever began after the change's answer came and was still accepted is a failure.
"""

import random
import subprocess

import pytest

from conftest import ALL_WEBS, check_reports
from exact_changes import CHANGES, delete, each_change
from exact_kit import (FEWER_ROUNDS, KILLED_WITHIN, PATIENCE, PLACES, ROUNDS, Founder, Place, Round, Series,  # noqa: F401
                       Tally, clients, play_undisturbed, victims)
from process import alive, wait_until, write_file

RESTARTS = max(6, ROUNDS // 10)         # before kinds of change by chance
DEAD_MASTERS = max(4, ROUNDS // 10)     # the same

@pytest.fixture(scope="module")
def stack(new_stack_session):
    stack = new_stack_session(remembers=True, webs=ALL_WEBS)
    stack.start()
    try:
        yield stack
    finally:
        left = stack.stop()
    assert not left, f"these left processes behind: {left}"
    check_reports(stack)


@pytest.fixture(scope="module")
def places(stack):
    founder = Founder(stack)
    return [Place(founder) for _ in range(min(PLACES, max(FEWER_ROUNDS, 4)))]


@each_change
def test_no_check_after_a_change_is_answered_by_what_was_before(places, clients, change):
    play_undisturbed(clients, places[0], change, ROUNDS)


def test_the_same_right_after_a_restart(stack, places, clients):
    """The first change since the epoch was read: one that nobody marked in flux would be missed here, and
    only here, since an epoch that is behind for good is merely slow."""
    tally = Tally()
    for change in random.choices(CHANGES, k=RESTARTS):
        series = Series(clients, places[0], change)
        one = series.prepare()
        stack.service.restart()
        tally.add(one, series.play(one))
    tally.judge(0.9)


def revoke_without_memory(stack, key):
    """By a command that does not know of the service's memory."""
    config = stack.path("etc", "elsewhere.conf")
    with open(stack.config) as f:
        write_file(config, f.read().replace(stack.memory_file(), ""))
    subprocess.run([stack.program, "--config", config, "key", "revoke", key["organization"], key["id"]], check=True,
                   capture_output=True)


def test_a_change_while_the_service_is_stopped_counts_when_it_starts(stack, places, clients):
    """What was known when it stopped is read again, whoever has changed it meanwhile."""
    place, tally = places[0], Tally()
    for _ in range(max(1, ROUNDS // 50)):
        key = {**place.personal(), "organization": place.id}

        def change(key=key):
            stack.service.stop()
            revoke_without_memory(stack, key)
            stack.service.start()

        one = Round(place.alive(key["token"], key["id"]), change)
        tally.add(one, Series(clients, place, delete).play(one))
    tally.judge(0.9)


# --- while processes are killed ---

@each_change
def test_the_same_while_workers_and_the_keeper_are_killed(stack, places, clients, change):
    tally = Tally()
    all_series = [Series(clients, place, change) for place in places]
    for n in range(FEWER_ROUNDS):
        series = all_series[n % len(all_series)]
        one = series.prepare()
        kills = victims(stack)
        tally.add(one, series.play(one, kills), kills)
    tally.judge(0.5 if FEWER_ROUNDS >= PLACES else 0)


def test_the_same_when_the_master_dies_in_the_middle(stack, places, clients):
    """Its workers go with it; the next master finds what it remembered, and what was being changed."""
    tally = Tally()
    for n in range(DEAD_MASTERS):
        series = Series(clients, places[n % len(places)], random.choice(CHANGES))
        one = series.prepare()
        master, workers = stack.service.master, stack.service.workers()

        def come_back():
            wait_until(lambda: not alive(master), PATIENCE, "the master's end")
            stack.service.process.popen.wait()
            wait_until(lambda: not any(map(alive, workers)), PATIENCE, "the workers' end")
            stack.service.start()

        kills = [(master, random.random() * KILLED_WITHIN)]
        tally.add(one, series.play(one, kills, come_back), kills)
    tally.judge(0)
