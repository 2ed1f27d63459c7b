"""Generated requests, right and wrong by the contract, against a real process: schemathesis judges every answer."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from actions.business.sandbox.ledger import imbalance
from actions.business.signing import Signer
from bot.store.database import Database
from tests.actions.business.books import everybody
from tests.actions.business.own_process import KEY, standing
from tests.actions.business.town import contract

pytestmark = pytest.mark.system
EXAMPLES = 20
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SIGNER = Signer(app="jiajia", secret=KEY.encode(), now=time.time)
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


def ask(session: requests.Session, base: str, case: schemathesis.Case) -> requests.Response:
    """Send the case as it stands, signed."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=base)).prepare()
    body = prepared.body or b""
    raw = body.encode() if isinstance(body, str) else body
    prepared.headers.update(SIGNER.headers(prepared.method or "", prepared.path_url, raw))
    return session.send(prepared, timeout=30)


def fuzz(base: str, mode: GenerationMode, subjects: Iterator[str]) -> Counter[tuple[str, int]]:
    """Every operation in this mode; every other request is about a real person. Counts operations by status."""
    seen: Counter[tuple[str, int]] = Counter()
    checks = CHECKS + ([negative_data_rejection] if mode is GenerationMode.NEGATIVE else [])
    with requests.Session() as session:
        unsigned = {**contract().document, "security": []}  # `ask` signs whatever is generated
        for found in schemathesis.openapi.from_dict(unsigned).get_all_operations():
            operation = found.ok()
            if mode is GenerationMode.NEGATIVE and operation.label == "GET /v1/health":
                continue  # takes nothing that could be wrong

            @SETTINGS
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def judge(case: schemathesis.Case) -> None:
                if "KHBH" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
                    case.path_parameters["KHBH"] = next(subjects)
                answer = ask(session, base, case)
                case.validate_response(answer, checks=checks)
                seen[case.operation.label, answer.status_code] += 1

            judge()
    return seen


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", GenerationMode)
async def test_every_answer_to_generated_requests_keeps_the_contract(tmp_path, mode):
    store = f"sqlite:///{tmp_path}/core.db"
    async with standing(store) as (stand,):
        database = await Database.open(store, prepare=lambda _: None)
        people = await database.read(everybody)
        subjects = cycle([*people[:20], "nobody-here-1234"])
        seen = await asyncio.to_thread(fuzz, stand.base, mode, subjects)

        assert await database.read(imbalance) == []
        await database.close()

    answered = {label for label, status in seen if status < 300}
    if mode is GenerationMode.POSITIVE:
        assert len(answered) > 12, "much of it goes through"
    assert {label for label, _ in seen} >= answered
    assert sum(seen.values()) > 200
