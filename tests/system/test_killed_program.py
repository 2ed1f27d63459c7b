"""kill -9 of the program that `make run` starts: nothing of it goes on running, and it can be started again at once."""

from pathlib import Path

import psutil
import pytest

from bot.assembly.programs import free_port
from tests.system.product import citizen, product

pytestmark = [pytest.mark.system, pytest.mark.model]
PORTS = ("GATEWAY__PORT", "RASA__PORT", "ACTIONS__PORT", "FUND__PORT")


async def test_a_killed_program_leaves_no_process_behind_and_starts_again_on_the_same_ports(tmp_path: Path) -> None:
    ports = {name: free_port() for name in PORTS}
    async with product(tmp_path, **ports) as first, citizen(first.address) as person:
        session = person.session
        before = await person.say("租房一年最多能提多少?")
        family = psutil.Process(first.child.pid).children(recursive=True)

        await first.killed()
        _, alive = psutil.wait_procs(family, timeout=20)

    assert (bool(family), alive) == (True, [])
    async with product(tmp_path, **ports) as second, citizen(second.address, session) as person:
        assert [text for _, text in person.before] == [before]
        assert "2.60%" in await person.say("公积金贷款利率是多少?")
