"""HttpFundSystem before the sandbox, on SQLite."""

from contextlib import AbstractAsyncContextManager

from tests.actions.business.town import SandboxTown, founded_file, running_town
from tests.contracts.fund_system import FundSystemContract


class TestHttpFundSystem(FundSystemContract):
    def town(self, tmp_path) -> AbstractAsyncContextManager[SandboxTown]:
        return running_town(founded_file(tmp_path))
