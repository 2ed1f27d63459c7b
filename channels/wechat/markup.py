"""WeChat's XML, read without trust and written without holes."""

import re
from collections.abc import Mapping
from xml.parsers import expat  # DOCTYPE, and with it every entity, is refused below

from bot.errors import FrameRefused

LARGEST_BYTES = 64 * 1024
_DEEPEST, _MOST = 5, 200
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def read(raw: bytes) -> dict[str, str]:
    """Return the texts of one `<xml>` document by path (`Content`, `ScanCodeInfo.ScanResult`); raises FrameRefused."""
    if len(raw) > LARGEST_BYTES:
        raise FrameRefused("too large")
    found = _Fields()
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = found.opened
    parser.EndElementHandler = found.closed
    parser.CharacterDataHandler = found.said
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, UnicodeError):
        raise FrameRefused("not XML") from None
    return found.texts


class _Fields:
    """Collects the leaves below the root."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._path: list[str] = []
        self._count = 0

    def opened(self, name: str, _attributes: Mapping[str, str]) -> None:
        if not self._path and name != "xml":
            raise FrameRefused("another document")
        self._path.append(name)
        self._count += 1
        if len(self._path) > _DEEPEST or self._count > _MOST:
            raise FrameRefused("too many elements")
        self.texts.setdefault(self._here(), "")

    def closed(self, _name: str) -> None:
        self._path.pop()

    def said(self, text: str) -> None:
        if len(self._path) > 1:
            self.texts[self._here()] = self.texts.get(self._here(), "") + text

    def _here(self) -> str:
        return ".".join(self._path[1:])


def _refuse(*_: object) -> None:
    raise FrameRefused("declarations are not taken")


def cdata(text: str) -> str:
    """Return `text` as character data that nothing in it can end."""
    return f"<![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def clean(text: str) -> str:
    """Drop what XML cannot carry: control characters and half characters."""
    return _FORBIDDEN.sub("", text)


def plain(text: str) -> str:
    """Make every tag a citizen or a source wrote into mere characters: WeChat's client turns `<a>` into a link."""
    return _TAG.sub("\uff1c", clean(text))
