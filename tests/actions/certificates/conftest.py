"""One typeface for all papers: cutting Chinese letters out of a font takes longer than most tests."""

import pytest

from actions.certificates.paper import Paper
from actions.certificates.typeface import Typeface
from tests.actions.certificates.issued import ISSUED


@pytest.fixture(scope="session")
def typeface() -> Typeface:
    return Typeface.own()


@pytest.fixture(scope="session")
def paper(typeface: Typeface) -> Paper:
    return Paper(
        centre="西宁住房公积金管理中心(演示)",
        verify_url="https://example.org/verify",
        demo=True,
        typeface=typeface,
    )


@pytest.fixture(scope="session")
def drawn(paper: Paper) -> bytes:
    """The paper of ISSUED, not sealed yet."""
    return paper.draw(ISSUED)
