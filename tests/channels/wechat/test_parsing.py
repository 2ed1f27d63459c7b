"""What WeChat or anybody else may send: read strictly, never expanded, never able to write into our replies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import FrameRefused
from bot.messages import Button, Card, Event, Location, Outcome, Reply, Row, Source, Turn, Voice
from bot.messages import ChannelName as Door
from channels.wechat import shown
from channels.wechat.mapping import Questions, contact, line, to_message
from channels.wechat.markup import LARGEST_BYTES, cdata, clean, plain
from channels.wechat.markup import read as read_markup
from channels.wechat.received import Received, received
from tests.channels.wechat.platform import openid, to_xml

WANG = openid("王")
HEAD = {"ToUserName": "gh_1", "FromUserName": WANG, "CreateTime": 1_790_000_000}


def read(**fields: object) -> Received:
    return received(to_xml(HEAD | fields).encode())


def turn(*replies: Reply) -> Turn:
    return Turn(
        conversation="c", channel=Door.WECHAT, message_id="1", text="", replies=replies, outcome=Outcome.ANSWERED
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>'


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"junk",
        b"{}",
        b"<xml>",
        b"<html></html>",
        b"<xml><A></B></xml>",
        b"\xff\xfe<xml></xml>",
        BOMB.encode(),
        OUTSIDE.encode(),
        b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>",
        b"<xml>" + b"<a>x</a>" * 500 + b"</xml>",
        b"<xml><Content>" + b"a" * LARGEST_BYTES + b"</Content></xml>",
    ],
)
def test_junk_is_refused_and_nothing_is_expanded(raw):
    with pytest.raises(FrameRefused):
        received(raw)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_bytes_break_the_reader(raw):
    with pytest.raises(FrameRefused):
        received(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"FromUserName": "../../x"},
        {"FromUserName": ""},
        {"CreateTime": "soon"},
        {"CreateTime": "²"},
        {"MsgType": "text; drop"},
        {"MsgId": "x"},
        {"MsgType": "location", "Location_X": "nan", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "999", "Location_Y": "1"},
        {"MsgType": "event", "Event": ""},
    ],
)
def test_a_field_that_is_not_what_it_should_be_is_refused(wrong):
    with pytest.raises(FrameRefused, match="wrong field"):
        read(**({"MsgType": "text", "MsgId": 1, "Content": "好"} | wrong))


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


@given(TEXT)
@settings(deadline=None)
def test_whatever_is_said_comes_back_out_of_our_reply_unchanged(text):
    xml = shown.to_xml(shown.Text(content=text or "空"), read(MsgType="text", MsgId=1, Content="好"), 1)

    fields = read_markup(xml.encode())

    assert fields["Content"] == clean(text or "空").replace("\r\n", "\n").replace("\r", "\n")
    assert (fields["ToUserName"], fields["MsgType"], len(fields)) == (WANG, "text", 6)


def test_character_data_cannot_be_closed_from_inside():
    nasty = "]]></Content><MsgType>news</MsgType>]]>"

    assert read_markup(f"<xml><Content>{cdata(nasty)}</Content></xml>".encode())["Content"] == nasty


def test_markup_in_an_answer_is_shown_not_obeyed():
    part = shown.parts(turn(Reply(text='<a href="https://evil.example">点这里</a> 5<6')))[0]

    assert isinstance(part, shown.Text)
    assert "<a" not in part.content
    assert "5<6" in part.content
    assert plain("</a>").startswith("\uff1c")


def test_words_become_the_message():
    message = to_message(read(MsgType="text", MsgId=7, Content="租房 <b>"))

    assert message is not None
    assert (message.channel, message.sender, message.id, message.text) == (Door.WECHAT, WANG, "7", "租房 <b>")


def test_a_voice_is_what_the_platform_heard_else_what_we_heard_else_a_request_to_type():
    heard = read(MsgType="voice", MsgId=1, MediaId="m", Format="amr", Recognition="租房提取")
    silent = read(MsgType="voice", MsgId=1, MediaId="m", Format="amr")

    assert to_message(heard).attachments == (Voice(media="m", heard=("租房提取",)),)
    assert to_message(silent, heard=("提取",)).attachments == (Voice(media="m", heard=("提取",)),)
    assert (to_message(silent), "打字" in line(silent)) == (None, True)


def test_a_place_asks_for_the_nearest_counter():
    message = to_message(read(MsgType="location", MsgId=1, Location_X="36.62", Location_Y="101.77", Label="城中区"))

    assert message.payload == "/find_outlet"
    assert message.attachments == (Location(latitude=36.62, longitude=101.77, label="城中区"),)


@pytest.mark.parametrize("kind", ["image", "link", "video", "shortvideo", "file"])
def test_what_the_heart_cannot_take_gets_a_line_that_says_what_to_do(kind):
    got = read(MsgType=kind, MsgId=1, MediaId="m", Title="t", Url="https://a.example")

    assert to_message(got) is None
    assert "写下" in line(got)


QUESTIONS = Questions(keys={"/query_balance": "/query_balance"}, scenes={"hall": "租房提取需要什么"})


@pytest.mark.parametrize(
    ("fields", "text", "payload"),
    [
        ({"Event": "subscribe"}, "", "/greet"),
        ({"Event": "subscribe", "EventKey": "qrscene_hall"}, "租房提取需要什么", ""),
        ({"Event": "SCAN", "EventKey": "hall"}, "租房提取需要什么", ""),
        ({"Event": "SCAN", "EventKey": "other"}, "", "/greet"),
        ({"Event": "CLICK", "EventKey": "/query_balance"}, "", "/query_balance"),
        ({"Event": "CLICK", "EventKey": "/erase_data"}, "", "/greet"),
    ],
)
def test_events_that_ask_become_questions(fields, text, payload):
    message = to_message(read(MsgType="event", **fields), QUESTIONS)

    assert (message.text, message.payload) == (text, payload)
    assert isinstance(message.attachments[0], Event)
    assert message.id == f"1790000000.{fields['Event'].lower()}"


@pytest.mark.parametrize(
    "event", ["unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH", "LOCATION", "subscribe_msg_sent_event"]
)
def test_events_that_ask_nothing_get_silence(event):
    got = read(MsgType="event", Event=event, EventKey="x", Status="success")

    assert (to_message(got), line(got), contact(got)) == (None, "", False)


def test_choices_are_numbered_through_the_whole_turn_as_the_heart_counts_them():
    replies = (
        Reply(
            text="您问的是?", buttons=(Button(label="租房提取", payload="/a"), Button(label="买房提取", payload="/b"))
        ),
        Reply(text="或者", buttons=(Button(label="转人工", payload="/c"),)),
    )

    text = shown.said(replies)

    assert "1. 租房提取\n2. 买房提取\n3. 转人工" in text


def test_choices_that_are_numbers_are_not_numbered_again():
    text = shown.said(
        (Reply(text="几年?", buttons=(Button(label="20年", payload="/a"), Button(label="30年", payload="/b"))),)
    )

    assert "· 20年\n· 30年" in text
    assert "1." not in text


def test_a_card_is_a_table_in_words_and_a_basis_is_named():
    reply = Reply(
        text="可以提。",
        cards=(Card(title="上限", rows=(Row(label="每户每年", value="16800 元"),)),),
        sources=(Source(title="条例", doc_no="国令 1 号"),),
    )

    assert shown.said((reply,)) == "可以提。\n\n【上限】\n每户每年:16800 元\n\n依据:《条例》国令 1 号"


def test_a_lone_link_is_a_news_card_and_only_web_addresses_are_links():
    link = Card(title="缴存证明", link="https://a.example/x", kind="document")
    script = Card(title="x", link="javascript:alert(1)", kind="link")

    assert shown.parts(turn(Reply(text="点开看", cards=(link,)))) == (
        shown.News(title="缴存证明", description="点开看", url="https://a.example/x"),
    )
    assert "javascript" not in shown.said((Reply(text="点开看", cards=(script,)),))


def test_an_answer_by_a_person_leaves_nothing_to_send():
    assert shown.parts(turn()) == ()
