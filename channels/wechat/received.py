"""What WeChat sends us, as one type: platform page 接收普通消息 / 接收事件推送."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import FrameRefused
from channels.wechat.markup import read as read_markup

_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_WORD = re.compile(r"[A-Za-z_]{1,40}")
_NUMBER = re.compile(r"\d{1,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message or event; fields a kind does not have are empty. `created` is seconds since 1970."""

    to: str
    sender: str
    created: int
    kind: str
    id: str = ""
    content: str = ""
    media: str = ""
    format: str = ""
    recognition: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    label: str = ""
    title: str = ""
    url: str = ""
    event: str = ""
    key: str = ""
    status: str = ""
    about: str = ""

    @property
    def message_id(self) -> str:
        """What makes a redelivery recognisable: the MsgId, for events their moment and name (the sender is apart)."""
        return self.id or f"{self.created}.{self.event}"


def received(raw: bytes) -> Received:
    """Read the (decrypted) body of a delivery; raises FrameRefused."""
    return from_fields(read_markup(raw))


def from_fields(fields: Mapping[str, str]) -> Received:
    """Check the fields one by one; raises FrameRefused naming the field, never its value."""
    kind = _matching(_WORD, fields, "MsgType").lower()
    is_event = kind == "event"
    return Received(
        to=_matching(_ACCOUNT, fields, "ToUserName"),
        sender=_matching(_OPENID, fields, "FromUserName"),
        created=int(_matching(_NUMBER, fields, "CreateTime")),
        kind=kind,
        id="" if is_event else _matching(_NUMBER, fields, "MsgId"),
        content=fields.get("Content", ""),
        media=fields.get("MediaId", ""),
        format=fields.get("Format", ""),
        recognition=fields.get("Recognition", ""),
        latitude=_degrees(fields, "Location_X", "Latitude"),
        longitude=_degrees(fields, "Location_Y", "Longitude"),
        label=fields.get("Label", ""),
        title=fields.get("Title", ""),
        url=fields.get("Url", ""),
        event=_matching(_WORD, fields, "Event").lower() if is_event else "",
        key=fields.get("EventKey", "")[:200],
        status=fields.get("Status", "")[:60],
        about=fields.get("MsgID", "") if is_event else "",
    )


def _matching(pattern: re.Pattern[str], fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "").strip()
    if not pattern.fullmatch(value) or not value.isascii():
        raise FrameRefused(f"wrong field {name}")
    return value


def _degrees(fields: Mapping[str, str], *names: str) -> float:
    text = next((fields[name] for name in names if fields.get(name)), "0")
    try:
        value = float(text)
    except ValueError:
        raise FrameRefused(f"wrong field {names[0]}") from None
    if not math.isfinite(value) or abs(value) > 180:
        raise FrameRefused(f"wrong field {names[0]}")
    return value
