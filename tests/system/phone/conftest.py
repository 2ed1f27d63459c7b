"""One exchange and one product for all telephone tests, and a caller for each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bot.messages import Turn
from tests.system.phone.caller import Caller, wait_for
from tests.system.phone.telephone import Asterisk, Product
from tests.voice.phone import MODEL
from voice import prompts
from voice.spoken import SpokenForms, portions

GREETING = prompts.GREETING if MODEL.is_dir() else prompts.GREETING_KEYS
LAST_WORDS = "想听按键菜单请按九,转人工请按零。"


@pytest.fixture(scope="package")
def asterisk() -> Iterator[Asterisk]:
    running = Asterisk()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory, asterisk: Asterisk) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"), asterisk)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def caller(tmp_path: Path, asterisk: Asterisk, product: Product) -> Iterator[Caller]:
    with Caller(tmp_path / "caller", exchange=asterisk.sip) as calling:
        yield calling
    wait_for(lambda: asterisk.calls == 0, what="the call is over")


OutOfHours = Callable[[str], AbstractContextManager[Caller]]


@pytest.fixture
def out_of_hours(asterisk: Asterisk, product: Product, tmp_path: Path) -> OutOfHours:
    """A caller from a number who wants a person when nobody works, and is asked which number to call back."""

    @contextmanager
    def asked(number: str) -> Iterator[Caller]:
        with product.another_telephone(HOURS="1-1 00:00-00:01") as (audio, http):
            asterisk.point_at(audio, http)
            try:
                with Caller(tmp_path / "closed", exchange=asterisk.sip, number=number) as calling:
                    calling.hears(GREETING)
                    calling.press("0")
                    calling.hears(prompts.CLOSED)
                    calling.press("1")
                    calling.hears(prompts.WHICH_NUMBER)
                    yield calling
            finally:
                asterisk.point_at(asterisk.audio, asterisk.http)

    return asked


Turns = Callable[[int], list[Turn]]


@pytest.fixture
def turns(product: Product) -> Turns:
    """Wait until so many turns have been taken since the test began, and return them."""
    before = len(product.turns())

    def taken(count: int) -> list[Turn]:
        wait_for(lambda: len(product.turns()) >= before + count, 90, what=f"turn {count}")
        return product.turns()[before:]

    return taken


def said(turn: Turn) -> str:
    """Return what the line says first of a turn."""
    return portions("".join(SpokenForms().reply(reply) for reply in turn.replies))[0]


def credentials(product: Product, story: str) -> tuple[str, str]:
    """The keys of a demo person's identity number, and their query password."""
    _, number, password = next(one for one in product.personas() if story in one[0])
    return number.replace("X", "*"), password


def identify(caller: Caller, product: Product, turns: Turns, story: str) -> list[Turn]:
    """Ask for the balance by key and prove to be this person of the demo."""
    number, password = credentials(product, story)
    caller.hears(GREETING)
    caller.press("1")
    caller.hears(said(turns(1)[-1]))
    caller.press(number)
    caller.hears(said(turns(2)[-1]))
    caller.press("2")
    caller.hears(said(turns(3)[-1]))
    caller.press(password)
    return turns(4)
