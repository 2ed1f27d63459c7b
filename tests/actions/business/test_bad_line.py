"""The whole contract over a line that loses, cuts, doubles, drips and garbles: citizens notice nothing."""

import itertools
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

import pytest

from actions.business.http import HttpFundSystem
from actions.business.transport import Limits, Transport
from tests.actions.business.bad_line import FAULTS, bad_line
from tests.actions.business.town import founded_file, running_town
from tests.contracts.fund_system import FundSystemContract

pytestmark = pytest.mark.system
LIMITS = Limits(deadline=20.0, attempt=2.0, rest=0.0)  # an open breaker would tell citizens at once, and rightly


class TestOverABadLine(FundSystemContract):
    met: ClassVar[set[str]] = set()
    # Dripping costs an attempt's whole time, so it comes less often.
    faults: ClassVar["itertools.cycle[str]"] = itertools.cycle(
        [*(fault for fault in FAULTS if fault != "dripping")] * 3 + ["dripping"]
    )

    def town(self, tmp_path):
        return self._town(tmp_path)

    @asynccontextmanager
    async def _town(self, tmp_path):
        async with (
            running_town(founded_file(tmp_path)) as town,
            bad_line(str(town.server.make_url("")).rstrip("/"), self.faults, self.met) as base,
        ):
            system = HttpFundSystem(Transport(base=base, signer=town.signer, limits=LIMITS))
            yield replace(town, system=system)
            await system.close()


@pytest.fixture(autouse=True, scope="module")
def _every_fault_was_met():
    yield
    assert TestOverABadLine.met == set(FAULTS)
