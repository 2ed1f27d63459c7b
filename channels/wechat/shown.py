"""A Turn as WeChat shows it: texts of at most 2,048 bytes or one news card, as reply XML or customer-service JSON."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.choices import EXITS
from bot.messages import Button, Card, Reply, Source, Turn
from channels.wechat import words
from channels.wechat.markup import cdata, clean, plain
from channels.wechat.received import Received
from channels.wechat.splitting import split

SUCCESS = "success"
_OWN_NUMBER = re.compile(r"\s*\d")
_LONGEST_DIGEST, _LONGEST_TITLE = 240, 60  # characters of a news card that phones show


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text message."""

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One card with a link (WeChat allows one article per message)."""

    title: str
    description: str
    url: str


Part = Text | News


def parts(turn: Turn) -> tuple[Part, ...]:
    """Return the messages one turn becomes; empty when a person has taken over and will answer."""
    card = _single_link(turn.replies)
    if card is not None:
        return (News(title=plain(card.title), description=plain(turn.replies[0].text), url=card.link),)
    return texts(said(turn.replies))


def texts(text: str) -> tuple[Text, ...]:
    """Return `text` as messages that WeChat takes."""
    return tuple(Text(content=piece) for piece in split(plain(text)))


def said(replies: tuple[Reply, ...]) -> str:
    """Return everything the replies say, show and offer as one text; choices are numbered through the whole turn."""
    blocks = [block for reply in replies for block in (reply.text.strip(), *map(_card, reply.cards), _basis(reply))]
    blocks.append(_offer(tuple(button for reply in replies for button in reply.buttons)))
    return "\n\n".join(block for block in blocks if block)


def to_xml(part: Part, received: Received, now: int) -> str:
    """Return the passive reply to one delivery."""
    head = (
        f"<ToUserName>{cdata(received.sender)}</ToUserName><FromUserName>{cdata(received.to)}</FromUserName>"
        f"<CreateTime>{now}</CreateTime>"
    )
    if isinstance(part, Text):
        return f"<xml>{head}<MsgType>{cdata('text')}</MsgType><Content>{cdata(part.content)}</Content></xml>"
    item = (
        f"<item><Title>{cdata(part.title)}</Title><Description>{cdata(part.description)}</Description>"
        f"<PicUrl>{cdata('')}</PicUrl><Url>{cdata(part.url)}</Url></item>"
    )
    news = f"<MsgType>{cdata('news')}</MsgType><ArticleCount>1</ArticleCount><Articles>{item}</Articles>"
    return f"<xml>{head}{news}</xml>"


def to_customer_service(part: Part, openid: str) -> dict[str, object]:
    """Return the body of message/custom/send."""
    if isinstance(part, Text):
        return {"touser": openid, "msgtype": "text", "text": {"content": part.content}}
    article = {"title": part.title, "description": part.description, "url": part.url, "picurl": ""}
    return {"touser": openid, "msgtype": "news", "news": {"articles": [article]}}


def safe_link(link: str) -> str:
    """Return the link if it is one a phone should open, else nothing."""
    address = urlsplit(link)
    return clean(link) if address.scheme in ("http", "https") and address.netloc and " " not in link else ""


def _single_link(replies: tuple[Reply, ...]) -> Card | None:
    """A short reply with one card that is only a link reads best as a news card."""
    if len(replies) != 1:
        return None
    reply = replies[0]
    card = reply.cards[0] if len(reply.cards) == 1 else None
    fits = card is not None and not card.rows and safe_link(card.link) and len(card.title) <= _LONGEST_TITLE
    if not fits or reply.buttons or reply.sources or len(reply.text) > _LONGEST_DIGEST:
        return None
    return card


def _card(card: Card) -> str:
    lines = [f"【{card.title}】", *(f"{row.label}:{row.value}" for row in card.rows), safe_link(card.link)]
    return "\n".join(line for line in lines if line)


def _basis(reply: Reply) -> str:
    named = dict.fromkeys(_source(source) for source in reply.sources if source.title not in reply.text)
    return words.BASIS + "、".join(tuple(named)[:2]) if named else ""


def _source(source: Source) -> str:
    return f"《{source.title}》{source.doc_no}" if source.doc_no else f"《{source.title}》"


def _offer(buttons: tuple[Button, ...]) -> str:
    """Number the choices, unless they are numbers themselves or mere exits: there `bot.choices` reads a value."""
    if not buttons:
        return ""
    labels = [" ".join(button.label.split()) for button in buttons]
    if any(map(_OWN_NUMBER.match, labels)) or all(button.payload in EXITS for button in buttons):
        return "\n".join((words.PICK, *(f"· {label}" for label in labels)))
    return "\n".join((words.CHOOSE, *(f"{number}. {label}" for number, label in enumerate(labels, 1))))
