"""Which letters papers are written in: a font that comes with the program, or the centre's own; always embedded."""

from pathlib import Path

from pylopdf_fonts_zh_cn import sans_path, serif_path

from actions.certificates.lettering import Lettering

USUAL = "住房公积金缴存证明异地贷款使用结清编号姓名个人单位账户状态开日期至年月基数比例余额元以上真伪查验0123456789"


class Typeface:
    """Letters that travel in the paper: names of reportlab fonts that have every letter of a text."""

    def __init__(self, plain: Path, bold: Path) -> None:
        """Read both files; raises Misconfigured."""
        self._plain = Lettering(plain, usual=USUAL)
        self._bold = Lettering(bold, usual=USUAL) if bold != plain else self._plain

    @classmethod
    def own(cls) -> "Typeface":
        """宋体 for the text and 黑体 for what stands out: Noto, in a package, so that no machine lacks it."""
        return cls(serif_path(), sans_path())

    @classmethod
    def of(cls, file: Path) -> "Typeface":
        """The centre's font, and the bold of the same family beside it if there is one; raises Misconfigured."""
        bold = file.with_name(file.name.replace("Regular", "Bold"))
        return cls(file, bold if bold.exists() else file)

    def plain(self, text: str) -> str:
        return self._plain.name(text)

    def bold(self, text: str) -> str:
        return self._bold.name(text)
