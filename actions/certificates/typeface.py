"""Which letters papers are written in: embedded ones, plain and bold, or those every PDF reader is supposed to have."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from actions.certificates.lettering import Lettering

READERS_FONT = "STSong-Light"  # Adobe's Asian font set; nothing is embedded, and some readers show nothing
USUAL = "住房公积金缴存证明异地贷款使用结清编号姓名个人单位账户状态开日期至年月基数比例余额元以上真伪查验0123456789"


class Typeface(Protocol):
    """Names of reportlab fonts that have every letter of a text."""

    def plain(self, text: str) -> str: ...

    def bold(self, text: str) -> str: ...


class EmbeddedTypeface:
    """Letters that travel in the paper and look the same everywhere."""

    def __init__(self, file: Path) -> None:
        """Read `file`, and the bold of the same family beside it if there is one; raises Misconfigured."""
        self._plain = Lettering(file, usual=USUAL)
        bold = file.with_name(file.name.replace("Regular", "Bold"))
        self._bold = Lettering(bold, usual=USUAL) if bold != file and bold.exists() else self._plain

    def plain(self, text: str) -> str:
        return self._plain.name(text)

    def bold(self, text: str) -> str:
        return self._bold.name(text)


@dataclass(frozen=True, slots=True)
class ReadersTypeface:
    """The reader's own Chinese font, for trying out on a machine that has none to embed."""

    def plain(self, text: str) -> str:
        pdfmetrics.registerFont(UnicodeCIDFont(READERS_FONT))
        return READERS_FONT

    def bold(self, text: str) -> str:
        return self.plain(text)
