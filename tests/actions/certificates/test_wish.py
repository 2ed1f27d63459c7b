"""The wish for a certificate: which one, once a day per kind, by a fresh link on the citizen's own screen."""

from datetime import date

import pytest

from actions.call import Call, Entity
from actions.certificates.links_store import Links, prepare
from actions.counter.certificate import GetCertificate
from bot.fund.records import CertificateKind
from bot.messages import ChannelName, Outcome
from bot.store.database import Database
from tests.actions.certificates.issued import CODE
from tests.actions.certificates.test_pages import OneCertificate
from tests.fakes import FakeClock


class Counting(OneCertificate):
    def __init__(self) -> None:
        self.asked: list[tuple[str, CertificateKind, str]] = []

    async def issue(self, subject, kind, *, key):
        self.asked.append((subject, kind, key))
        return await super().issue(subject, kind, key=key)


@pytest.fixture
async def links(tmp_path):
    database = await Database.open(f"sqlite:///{tmp_path}/links.db", prepare=prepare)
    yield Links(database, FakeClock())
    await database.close()


def call(text: str, **more) -> Call:
    fields = {"sender": "web-a", "today": date(2026, 11, 2), "subject": "person-1", "assurance": 2} | more
    return Call(text=text, intent="get_certificate", **fields)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("给我开缴存证明", CertificateKind.CONTRIBUTION),
        ("打个公积金证明", CertificateKind.CONTRIBUTION),
        ("我在兰州买房要异地贷款缴存使用证明", CertificateKind.REMOTE_LOAN),
        ("贷款还完了,开结清证明", CertificateKind.LOAN_SETTLED),
    ],
)
async def test_the_kind_is_read_from_the_words(links, text, kind):
    fund = Counting()

    result = await GetCertificate(fund, links, public_url="https://example.org/").fulfil(call(text))

    assert fund.asked[0][:2] == ("person-1", kind)
    assert result.response.outcome is Outcome.ACTED
    (reply,) = result.response.replies
    assert reply.private
    assert reply.cards[0].link.startswith("https://example.org/files/")
    assert CODE not in reply.cards[0].link
    assert "person-1" not in reply.cards[0].link


async def test_a_tapped_button_names_the_kind_too(links):
    fund = Counting()
    tapped = call("", entities=(Entity(name="certificate_kind", value="贷款结清证明"),))

    await GetCertificate(fund, links, public_url="https://example.org").fulfil(tapped)

    assert fund.asked[0][1] is CertificateKind.LOAN_SETTLED


async def test_which_one_is_asked_when_it_was_not_said_and_nothing_is_issued(links):
    fund = Counting()

    result = await GetCertificate(fund, links, public_url="https://example.org").fulfil(call("开个证明"))

    assert fund.asked == []
    assert result.response.outcome is Outcome.ASKED
    assert len(result.response.replies[0].buttons) == 3


async def test_said_again_it_is_the_same_certificate_behind_a_fresh_link(links):
    fund = Counting()
    wish = GetCertificate(fund, links, public_url="https://example.org")

    first, second = await wish.fulfil(call("开缴存证明")), await wish.fulfil(call("开缴存证明"))
    other_person = await wish.fulfil(call("开缴存证明", subject="person-2"))

    keys = [key for _, _, key in fund.asked]
    assert keys[0] == keys[1] != keys[2]
    assert all(8 <= len(key) <= 64 for key in keys)
    assert len({one.response.replies[0].cards[0].link for one in (first, second, other_person)}) == 3


@pytest.mark.parametrize("channel", [ChannelName.PHONE, ChannelName.ROBOT])
async def test_no_link_is_read_aloud_or_shown_in_the_hall(links, channel):
    result = await GetCertificate(Counting(), links, public_url="https://example.org").fulfil(
        call("开缴存证明", channel=channel)
    )

    (reply,) = result.response.replies
    assert "http" not in reply.text + reply.spoken
    assert reply.cards == ()
