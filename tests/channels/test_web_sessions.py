"""Who a browser is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.seal import Seal
from channels.web.sessions import Sessions
from tests.bot.heart import SECRET
from tests.fakes import FakeClock


def test_a_token_opens_the_same_session_again() -> None:
    sessions = Sessions(Seal(SECRET), now=FakeClock())

    first = sessions.open("")

    assert sessions.open(first.token) == first


def test_two_newcomers_are_two_people() -> None:
    sessions = Sessions(Seal(SECRET), now=FakeClock())

    assert sessions.open("").sender != sessions.open("").sender


def test_a_token_of_another_installation_is_nobody_s() -> None:
    foreign = Sessions(Seal("another secret altogether"), now=FakeClock()).open("")

    assert Sessions(Seal(SECRET), now=FakeClock()).open(foreign.token).sender != foreign.sender


def test_an_altered_token_is_nobody_s() -> None:
    sessions = Sessions(Seal(SECRET), now=FakeClock())
    token = sessions.open("").token

    for index in range(len(token)):
        altered = token[:index] + ("x" if token[index] != "x" else "y") + token[index + 1 :]
        assert sessions.open(altered).token != altered


def test_an_old_token_ends() -> None:
    clock = FakeClock()
    sessions = Sessions(Seal(SECRET), now=clock, lasting=timedelta(days=1))
    token = sessions.open("").token

    clock.forward(86_401)

    assert sessions.open(token).token != token


@given(st.text(max_size=200))
def test_no_invented_token_opens_anything(token: str) -> None:
    assert Sessions(Seal(SECRET), now=FakeClock()).open(token).token != token
