"""Seeded numbers are found in no place that outlives the turn."""

import io

import pytest
from hypothesis import HealthCheck, given, settings

from bot import log
from bot.messages import Button, Card, ChannelName, Handoff, IdCard, Identity, Location, Reply, Response, Row, Voice
from tests.bot.heart import heart, message
from tests.bot.test_masking import ids, phones
from tests.fakes import DeadDialogue, FixedIdentities, ScriptedDialogue

ID, PHONE, CARD, ACCOUNT = "11010519491231002X", "13800138000", "6222021234567890128", "630100012345"
SEEDED = f"身份证{ID.lower()},手机138-0013-8000,卡{CARD},账号{ACCOUNT}"
NUMBERS = (ID, ID.lower(), PHONE, "138-0013-8000", CARD, ACCOUNT)


@pytest.fixture
def lines():
    stream = io.StringIO()
    log.configure(stream)
    yield stream
    log.configure()


def leaks(where: str) -> list[str]:
    return [number for number in NUMBERS if number in where]


def on_disk(home) -> str:
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in home.path.parent.iterdir())


async def test_seeded_numbers_reach_neither_dialogue_nor_record_nor_log(tmp_path, lines):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(
            message(
                SEEDED,
                payload="",
                attachments=(Voice(heard=(SEEDED,)), Location(latitude=36.6, longitude=101.7, label=PHONE)),
            )
        )
        await home.conversation.handle(message("", id="m2", payload=f'/inform{{"phone":"{PHONE}"}}'))

        assert turn.text == "身份证〔身份证·1〕,手机〔手机号·1〕,卡〔银行卡·1〕,账号〔账号·1〕"
        assert leaks(repr(home.dialogue.asked)) == []
        assert leaks(repr(turn)) == []
        assert leaks(on_disk(home)) == []
        assert leaks(lines.getvalue()) == []
        assert await home.vault.get(turn.conversation, "〔身份证·1〕") == ID


async def test_a_number_that_comes_in_three_messages_is_never_there_whole(tmp_path):
    async with heart(tmp_path) as home:
        turns = [
            await home.conversation.handle(message(text, id=text)) for text in ("我手机号是138", "然后0013", "再8000")
        ]

        assert [turn.text for turn in turns] == ["我手机号是138", "然后0013", "再〔手机号·1〕"]
        assert await home.vault.get(turns[0].conversation, "〔手机号·1〕") == PHONE
        assert leaks(on_disk(home)) == []


async def test_six_digits_after_an_identity_number_are_a_secret_also_when_nobody_asked_for_them(tmp_path):
    """Rasa is down: the citizen hears that business is paused, and types the password all the same."""
    async with heart(tmp_path, DeadDialogue(), identities=FixedIdentities(Identity())) as home:
        await home.conversation.handle(message(ID))
        turn = await home.conversation.handle(message("078106", id="m2"))

        assert turn.text == "〔验证码·1〕"
        assert "078106" not in on_disk(home)


@pytest.mark.parametrize("said", [f"{ID} 078106", f"078106,身份证{ID}", f"{ID}密码078106"])
async def test_six_digits_beside_an_identity_number_are_a_secret(tmp_path, said):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message(said))

        assert "078106" not in turn.text
        assert "078106" not in on_disk(home)
        assert await home.vault.get(turn.conversation, "〔验证码·1〕") == "078106"


async def test_a_card_on_our_reader_reaches_the_dialogue_as_a_placeholder(tmp_path, lines):
    async with heart(tmp_path) as home:
        card = (IdCard(number=ID),)
        turn = await home.conversation.handle(message("", channel=ChannelName.ROBOT, attachments=card))

        assert home.dialogue.asked[0].payload == "/prove_identity"
        assert home.dialogue.asked[0].attachments == (IdCard(number="〔身份证·1〕"),)
        assert await home.vault.get(turn.conversation, "〔身份证·1〕") == ID
        assert leaks(on_disk(home) + lines.getvalue()) == []


@pytest.mark.parametrize("channel", [name for name in ChannelName if name is not ChannelName.ROBOT])
async def test_nobody_else_may_claim_to_have_read_a_card(tmp_path, channel):
    async with heart(tmp_path) as home:
        card = (IdCard(number=ID),)
        turn = await home.conversation.handle(message("查余额", channel=channel, attachments=card))

        assert turn.error == "frame-refused"
        assert home.dialogue.asked == []


async def test_the_sender_is_in_no_table(tmp_path):
    async with heart(tmp_path) as home:
        await home.conversation.handle(message(sender="13900139000"))

        assert "13900139000" not in on_disk(home)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids, phones)
async def test_no_number_survives_in_the_record(tmp_path_factory, number, phone):
    async with heart(tmp_path_factory.mktemp("seeded")) as home:
        turn = await home.conversation.handle(message(f"我{number}电话{phone}"))

        assert number not in repr(turn) + repr(home.dialogue.asked) + on_disk(home)
        assert phone not in repr(turn) + repr(home.dialogue.asked) + on_disk(home)


ECHO = Reply(
    text=f"您的手机{PHONE}",
    spoken=f"手机{PHONE}",
    robot=PHONE,
    cards=(Card(title=PHONE, rows=(Row(label="手机", value=PHONE),)),),
    buttons=(Button(label=f"用{PHONE}", payload="/ok"),),
    handoff=Handoff(reason="r", summary=f"市民手机{PHONE}"),
)


async def test_an_action_that_echoes_a_number_is_scrubbed_everywhere(tmp_path):
    async with heart(tmp_path, ScriptedDialogue({"问": Response(replies=(ECHO,))})) as home:
        turn = await home.conversation.handle(message("问"))

        assert PHONE not in repr(turn)
        assert turn.replies[0].text == "您的手机138****8000"
        assert PHONE not in on_disk(home)


async def test_a_private_reply_shows_the_citizen_what_the_record_does_not_keep(tmp_path):
    private = Reply(text=f"您的手机{PHONE}", private=True)
    async with heart(tmp_path, ScriptedDialogue({"问": Response(replies=(private,))})) as home:
        turn = await home.conversation.handle(message("问"))
        (kept,) = await home.conversation.since(turn.conversation, 0)

        assert (turn.replies[0].text, kept.replies[0].text) == (f"您的手机{PHONE}", "您的手机138****8000")
        assert PHONE not in on_disk(home)


async def test_a_placeholder_in_a_reply_is_shown_as_the_ends_of_its_number(tmp_path):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message(f"手机{PHONE}"))

        assert turn.replies[0].text == "听到了:手机138****8000"
        assert turn.text == "手机〔手机号·1〕"


async def test_a_citizens_words_are_in_no_log(tmp_path, lines):
    async with heart(tmp_path, ScriptedDialogue({"我爸刚走": RuntimeError("我爸刚走")})) as home:
        await home.conversation.handle(message("我爸刚走"))
        await home.conversation.handle(message("离婚了怎么办", id="m2"))

        assert "我爸" not in lines.getvalue()
        assert "离婚" not in lines.getvalue()
