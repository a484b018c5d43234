"""The same over two hosts on one database: each has its own memory and asks the database for the epoch
([keys] cluster).  Changes are made through the one, checks go through both, the other one first.
"""

import random
from dataclasses import replace

import pytest

from conftest import check_reports
from exact_changes import CHANGES, each_change
from exact_kit import (FEWER_ROUNDS, PATIENCE, PLACES, ROUNDS, Ask, Founder, Place, Series, Tally, clients,  # noqa: F401
                       play_undisturbed, victims)
from process import alive, wait_until

AWAY = min(len(CHANGES), max(4, ROUNDS // 10))     # kinds of change that are made while a host is away


@pytest.fixture(scope="module")
def hosts(new_stack_session):
    # What a host changes itself counts there at once, however old an epoch may be.
    first = new_stack_session(remembers=True, settings={"keys": {"cluster": "yes", "max_stale": 60000}})
    second = new_stack_session(remembers=True, settings={"keys": {"cluster": "yes"}}, beside=first)
    first.start()
    try:
        second.start()
        yield first, second
    finally:
        left = [name for stack in (second, first) for name in stack.stop()]
    assert not left, f"these left processes behind: {left}"
    for stack in (first, second):
        check_reports(stack)


@pytest.fixture(scope="module")
def places(hosts):
    first, second = hosts
    founder = Founder(first)
    return [Place(founder, [second, first]) for _ in range(min(PLACES, max(FEWER_ROUNDS, 4)))]


@each_change
def test_a_change_through_one_host_counts_on_the_other(places, clients, change):
    play_undisturbed(clients, places[0], change, FEWER_ROUNDS)


@each_change
def test_it_does_while_processes_of_both_are_killed(hosts, places, clients, change):
    tally = Tally()
    all_series = [Series(clients, place, change) for place in places]
    for n in range(FEWER_ROUNDS):
        series = all_series[n % len(all_series)]
        one = series.prepare()
        kills = [victim for stack in hosts for victim in victims(stack)]
        tally.add(one, series.play(one, kills), kills)
    tally.judge(0.5 if FEWER_ROUNDS >= PLACES else 0)


def end_orderly(service):
    service.stop()


def die(service):
    workers = service.workers()
    service.kill()
    wait_until(lambda: not any(map(alive, workers)), PATIENCE, "the workers' end")


@pytest.mark.parametrize("end", [end_orderly, die])
def test_a_host_that_was_away_has_missed_nothing(hosts, places, clients, end):
    """It ends with warm keys, hears nothing of the change, and starts again."""
    second, tally = hosts[1], Tally()
    for change in random.sample(CHANGES, AWAY):
        series = Series(clients, places[0], change)
        one = series.prepare()

        def change_meanwhile(one=one):
            end(second.service)
            if isinstance(one.change, Ask):
                places[0].send(one.change)
            else:
                one.change()
            second.service.start()

        tally.add(one, series.play(replace(one, change=change_meanwhile)))
    tally.judge(0)
