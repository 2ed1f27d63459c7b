"""Every reply of the counter can be read, tapped or heard; what is private is not read out beside a screen."""

import re

import pytest

from bot.messages import ChannelName, Reply
from tests.actions.counter.test_two_people import STEPS
from tests.actions.counter.visit import Visit

BORROWER, CLERK, RENTER = "有公积金贷款", "单位经办人", "租房、单身"
WORDS = "大厅让我白跑了三趟没人管"
LONGEST_SPOKEN = 150
_AMOUNT = re.compile(r"\d+\.\d\d ?元")
_PUBLIC = re.compile(r"不在这块屏幕上显示|读卡区")


_walked: dict[tuple[str, ChannelName], list[Reply]] = {}


async def walked(here: Visit, story: str, channel: ChannelName) -> list[Reply]:
    """All replies of one person's whole visit, walked once: what is looked at afterwards changes nothing."""
    if (story, channel) not in _walked:
        _walked[story, channel] = await _walk(here, story, channel)
    return _walked[story, channel]


async def _walk(here: Visit, story: str, channel: ChannelName) -> list[Reply]:
    if channel is ChannelName.ROBOT:
        await here.card(here.town.numbers(story)[0])
    else:
        await here.prove(story, channel=channel)
    turns = [await here.say(words or WORDS, intent, channel=channel) for words, intent in STEPS]
    return [reply for turn in turns for reply in turn.replies]


@pytest.mark.parametrize("story", [BORROWER, CLERK, RENTER])
@pytest.mark.parametrize("channel", [ChannelName.WEB, ChannelName.PHONE])
async def test_a_reply_is_complete_as_text_and_each_button_says_what_it_does(
    here: Visit, story: str, channel: ChannelName
) -> None:
    for reply in await walked(here, story, channel):
        assert reply.text == reply.text.strip()
        assert reply.text
        assert "\n\n" not in reply.text
        assert not re.search(r"None|Decimal|〔\D+·|\{|\}", reply.text), reply.text
        assert all(button.label and button.payload for button in reply.buttons)
        assert len({button.label for button in reply.buttons}) == len(reply.buttons)
        assert all(row.label and row.value for card in reply.cards for row in card.rows), reply.cards


@pytest.mark.parametrize("story", [BORROWER, CLERK, RENTER])
async def test_an_amount_of_ones_own_is_private_and_not_spoken_beside_a_screen(here: Visit, story: str) -> None:
    for reply in await walked(here, story, ChannelName.WEB):
        shown = reply.text + "".join(row.value for card in reply.cards for row in card.rows)
        assert reply.private or not _AMOUNT.search(shown.replace(",", "")), reply.text
        assert not _AMOUNT.search(reply.spoken), reply.spoken
        if reply.private and _AMOUNT.search(shown.replace(",", "")):
            assert reply.spoken, f"would be read out: {reply.text}"


@pytest.mark.parametrize("story", [BORROWER, CLERK, RENTER])
async def test_what_is_heard_on_the_phone_is_short_and_has_no_address(here: Visit, story: str) -> None:
    for reply in await walked(here, story, ChannelName.PHONE):
        heard = reply.spoken or reply.text
        assert "http" not in heard
        assert len(heard) <= LONGEST_SPOKEN, heard


async def test_the_robot_shows_no_amount_of_anybody(here: Visit) -> None:
    for reply in await walked(here, BORROWER, ChannelName.ROBOT):
        shown = reply.text + reply.spoken + "".join(row.value for card in reply.cards for row in card.rows)
        assert not _AMOUNT.search(shown.replace(",", "")), shown
