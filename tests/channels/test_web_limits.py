"""How much one page and one address may ask for."""

import pytest

from bot.buckets import Buckets
from bot.errors import TooManyMessages
from channels.web.limits import Gate, Limits


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_admitted_and_then_a_steady_pace() -> None:
    ticks = Ticks()
    gate = Gate(Limits(session_burst=2, session_per_second=1.0), ticks)

    gate.admit("1.2.3.4", "s")
    gate.admit("1.2.3.4", "s")
    with pytest.raises(TooManyMessages):
        gate.admit("1.2.3.4", "s")
    ticks.now = 1.0
    gate.admit("1.2.3.4", "s")


def test_a_greedy_session_leaves_its_neighbours_their_share() -> None:
    gate = Gate(Limits(session_burst=1, session_per_second=0.0, address_burst=2, address_per_second=0.0), Ticks())

    gate.admit("office", "greedy")
    for _ in range(5):
        with pytest.raises(TooManyMessages):
            gate.admit("office", "greedy")

    gate.admit("office", "neighbour")


def test_many_sessions_of_one_address_share_its_limit() -> None:
    gate = Gate(Limits(address_burst=3, address_per_second=0.0), Ticks())

    for session in ("a", "b", "c"):
        gate.admit("office", session)
    with pytest.raises(TooManyMessages):
        gate.admit("office", "d")
    gate.admit("home", "e")


def test_a_closed_connection_makes_room() -> None:
    gate = Gate(Limits(connections_per_address=1), Ticks())

    with gate.connection("office"):
        with pytest.raises(TooManyMessages), gate.connection("office"):
            pass
        with gate.connection("home"):
            pass
    with gate.connection("office"):
        pass


def test_strangers_who_left_take_no_memory() -> None:
    ticks = Ticks()
    buckets = Buckets(2, 1.0, ticks, most=100)

    for visitor in range(1_000):
        ticks.now += 1.0
        buckets.take(str(visitor))

    assert len(buckets) <= 100
