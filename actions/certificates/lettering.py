"""Chinese letters that travel inside the paper: from a font file, only those that are written, as TrueType outlines.

Chinese fonts mostly hold PostScript outlines, some in collections of many regions, which reportlab cannot embed.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, TTLibError, newTable
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont

from bot.errors import Misconfigured

POSTSCRIPT_NAME = 6
TOLERANCE = 1.0  # font units of 1000 that a curve may differ
DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG")
# Limits of TrueType programs and compound letters: there are none in outlines that were PostScript.
UNUSED = (
    *("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements"),
    *("maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints"),
    *("maxCompositeContours", "maxComponentDepth"),
)


class Lettering:
    """One typeface. It grows with what is written, so that most papers find it ready."""

    def __init__(self, file: Path, *, usual: str = "") -> None:
        """Read `file` once, with the `usual` letters; raises Misconfigured when it cannot be embedded."""
        self._file = file
        self._letters: frozenset[str] = frozenset()
        self._name = ""
        try:
            self.name(usual)
        except (TTLibError, TTFError, OSError, KeyError, ValueError) as error:
            raise Misconfigured(f"certificates.font: {file} cannot be embedded: {error}") from error

    def name(self, text: str) -> str:
        """The name under which reportlab knows a font with every letter of `text`."""
        wanted = self._letters | {letter for letter in text if letter.isprintable()}
        if wanted != self._letters or not self._name:
            self._letters = wanted
            self._name = f"{self._file.stem}-{len(wanted)}"
            outlined = _outlined(self._file, "".join(sorted(wanted)), self._name)
            pdfmetrics.registerFont(EmbeddedFont(self._name, outlined))
        return self._name


def _outlined(file: Path, text: str, name: str) -> io.BytesIO:
    """A TrueType font with the letters of `text`; reportlab takes two of one PostScript name for the same."""
    with file.open("rb") as raw:
        font = TTFont(raw, fontNumber=_face(file), lazy=True)
        options = Options(layout_features=[], hinting=False, notdef_outline=True)
        options.drop_tables += DROPPED
        subset = Subsetter(options)
        subset.populate(text=text)
        subset.subset(font)
        if "CFF " in font:
            _to_true_type(font)
        for record in font["name"].names:
            if record.nameID == POSTSCRIPT_NAME:
                record.string = name
        out = io.BytesIO()
        font.save(out)
    out.seek(0)
    return out


def _face(file: Path) -> int:
    """Of a collection the face for simplified Chinese, else the first."""
    if file.suffix.lower() != ".ttc":
        return -1
    with file.open("rb") as raw:
        names = [str(font["name"].getDebugName(4)) for font in TTCollection(raw, lazy=True).fonts]
    return next((number for number, name in enumerate(names) if " SC" in name), 0)


def _to_true_type(font: TTFont) -> None:
    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    glyf, profile = newTable("glyf"), font["maxp"]
    glyf.glyphOrder, glyf.glyphs = order, dict(_drawn(outlines, order))
    font["loca"], font["glyf"] = newTable("loca"), glyf
    profile.tableVersion = 0x00010000
    for limit in UNUSED:
        setattr(profile, limit, 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\0\1\0\0"
    del font["CFF "]


def _drawn(outlines: Any, order: list[str]) -> Iterator[tuple[str, object]]:
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        yield name, pen.glyph()
