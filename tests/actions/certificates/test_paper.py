"""How a paper looks: its letters are inside, every word is there, nothing crosses its edges, the demo's is marked."""

import asyncio
import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pyhanko.pdf_utils.reader import PdfFileReader

from actions.certificates.lettering import Lettering
from actions.certificates.paper import MARK, SAMPLE, Paper
from actions.certificates.typeface import Typeface
from bot.errors import Misconfigured
from bot.fund.records import Certificate, CertificateKind

ROWS = (
    ("姓名", "王**(演示)"),
    ("个人账号", "尾号 1234"),
    ("缴存单位", "青海省西宁市城西区某某文化旅游投资开发建设集团有限责任公司第一分公司(演示)"),
    *((f"第 {number} 项", f"{number}234.56 元") for number in range(1, 11)),
)
TOOLS = ("pdftoppm", "pdftotext", "pdffonts", "pdfinfo")


def certificate(kind: CertificateKind = CertificateKind.REMOTE_LOAN, rows=ROWS) -> Certificate:
    return Certificate(
        kind=kind, code="ABCD2345EFGH6789", rows=rows, issued_at=datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    )


def font_with(letters: str, file: Path) -> Path:
    """A TrueType font of squares."""
    pen = TTGlyphPen(None)
    for point, move in (((0, 0), pen.moveTo), ((0, 700), pen.lineTo), ((700, 700), pen.lineTo), ((700, 0), pen.lineTo)):
        move(point)
    pen.closePath()
    square, names = pen.glyph(), [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap(dict(zip(map(ord, letters), names[1:], strict=True)))
    made.setupGlyf(dict.fromkeys(names, square))
    made.setupHorizontalMetrics(dict.fromkeys(names, (800, 0)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupOS2()
    made.setupPost()
    made.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares"})
    made.save(file)
    return file


def fonts_of(pdf: bytes) -> list[tuple[str, bool]]:
    """Each font of the page that is written in, and whether its outlines are inside."""
    page = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]
    named = page["/Resources"]["/Font"]
    fonts = [named[name] for name in named if name != "/F1"]  # reportlab's idle default
    return [(str(font["/BaseFont"]), "/FontFile2" in font["/FontDescriptor"]) for font in fonts]


def test_letters_are_inside_and_a_word_that_was_never_written_joins_them(tmp_path):
    file = font_with("住房公积金缴存证明西宁0123456789", tmp_path / "squares.ttf")
    typeface = Typeface.of(file)
    paper = Paper(centre="西宁", verify_url="https://example.org/verify", demo=False, typeface=typeface)
    first = fonts_of(paper.draw(certificate(rows=())))
    again = fonts_of(paper.draw(certificate(rows=())))
    later = fonts_of(paper.draw(certificate(rows=(("明", "龘"),))))

    assert first == again
    assert first != later
    assert all(embedded for _, embedded in first + later)


def test_a_file_that_is_no_font_stops_the_start(tmp_path):
    (tmp_path / "font.ttf").write_bytes(b"no font")
    for name in ("font.ttf", "missing.ttf"):
        with pytest.raises(Misconfigured, match=r"certificates\.font"):
            Lettering(tmp_path / name)


def test_the_bold_beside_the_centres_font_is_used(tmp_path):
    plain = font_with("住房", tmp_path / "Fang-Regular.ttf")
    alone = Typeface.of(plain)
    font_with("住房", tmp_path / "Fang-Bold.ttf")

    assert alone.bold("住房") == alone.plain("住房")
    assert "Bold" in Typeface.of(plain).bold("住房")


async def test_a_machine_without_any_chinese_font_writes_the_same_paper(paper):
    fonts = fonts_of(paper.draw(certificate()))

    assert {name.split("+")[-1].split("-")[0] for name, _ in fonts} == {"NotoSerifSC", "NotoSansSC"}
    assert all(inside for _, inside in fonts)


@pytest.fixture
def embedded(paper: Paper) -> Paper:
    if any(shutil.which(tool) is None for tool in TOOLS):
        pytest.skip("needs poppler-utils: apt-get install it")
    return paper


async def run(*command: str) -> str:
    done = await asyncio.to_thread(subprocess.run, command, check=True, timeout=60, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.system
@pytest.mark.parametrize("kind", CertificateKind)
async def test_another_reader_finds_every_word_in_letters_that_are_inside(embedded, tmp_path, kind):
    file = tmp_path / "c.pdf"
    file.write_bytes(embedded.draw(certificate(kind)))

    text = re.sub(r"\s", "", await run("pdftotext", "-layout", str(file), "-"))
    fonts = (await run("pdffonts", str(file))).splitlines()[2:]

    for label, value in (*ROWS, ("编号", "ABCD2345EFGH6789"), ("验证码", "ABCD2345EFGH6789")):
        assert re.sub(r"\s", "", label) in text
        if len(value) < 30:  # the long one is cut into two lines beside its label
            assert re.sub(r"\s", "", value) in text
    assert kind.value in text
    assert "2026年11月3日" in text, "the day in China"
    assert SAMPLE.replace(" ", "") in text
    assert MARK.replace(" ", "")[:2] in text
    assert all(" yes yes yes" in line for line in fonts if "Helvetica" not in line)


@pytest.mark.system
async def test_a_paper_is_one_page_and_leaves_its_edges_white(embedded, tmp_path):
    file = tmp_path / "c.pdf"
    file.write_bytes(embedded.draw(certificate()))
    await run("pdftoppm", "-r", "50", "-gray", str(file), str(tmp_path / "c"))

    (picture,) = tmp_path.glob("c-*.pgm")
    _, size, _, pixels = picture.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    rows = [pixels[row * width : (row + 1) * width] for row in range(height)]
    margin = rows[:20] + rows[-20:] + [row[:20] + row[-20:] for row in rows[20:-20] if row[22:24] != row[22:24]]

    assert "Pages:           1" in await run("pdfinfo", str(file))
    assert min(min(row) for row in margin) > 200
    assert sum(pixel < 100 for pixel in pixels) > 4_000, "much is written"


@pytest.mark.system
async def test_many_facts_go_on_a_second_page(embedded, tmp_path):
    file = tmp_path / "c.pdf"
    file.write_bytes(embedded.draw(replace(certificate(), rows=ROWS + ROWS[:5])))

    assert "Pages:           2" in await run("pdfinfo", str(file))
    assert (await run("pdftotext", str(file), "-")).count("验证码：ABCD") == 1
