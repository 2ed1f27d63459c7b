"""Draws a certificate as one A4 page: title, rows, code and QR; 演示 across it when the data are."""

import io
from dataclasses import dataclass
from pathlib import Path

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bot.clock import CHINA
from bot.fund.records import Certificate

READERS_FONT = "STSong-Light"  # Adobe's Asian font set: every PDF reader has or replaces it; nothing is embedded
WIDTH, HEIGHT = A4
LEFT, RIGHT = 85.0, WIDTH - 85.0
QR_SIDE = 92.0
LINE = 30.0
CLOSING = "以上信息由住房公积金业务系统出具,真伪以网上查验结果为准。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How certificates look. `font` is a TrueType file to embed; without it the reader's own Chinese font is used."""

    centre: str
    verify_url: str
    demo: bool
    font: Path | None = None

    def draw(self, certificate: Certificate) -> bytes:
        """PDF of one certificate, not yet signed; its code is in the document information too."""
        name, file = self._registered(), io.BytesIO()
        canvas = Canvas(file, pagesize=A4, invariant=1)
        canvas.setTitle(f"住房公积金{certificate.kind.value}")
        canvas.setAuthor(self.centre)
        canvas.setKeywords(certificate.code)
        if self.demo:
            _watermark(canvas, name)
        self._head(canvas, name, certificate)
        bottom = _rows(canvas, name, certificate.rows)
        self._foot(canvas, name, certificate, bottom)
        canvas.showPage()
        canvas.save()
        return file.getvalue()

    def _registered(self) -> str:
        """Fonts are registered once a process; doing it again changes nothing."""
        if self.font is None:
            pdfmetrics.registerFont(UnicodeCIDFont(READERS_FONT))
            return READERS_FONT
        pdfmetrics.registerFont(TTFont(self.font.stem, str(self.font)))
        return self.font.stem

    def _head(self, canvas: Canvas, font: str, certificate: Certificate) -> None:
        canvas.setFont(font, 24)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 120, f"住房公积金{certificate.kind.value}")
        canvas.setFont(font, 10.5)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 146, f"编号:{certificate.code}")

    def _foot(self, canvas: Canvas, font: str, certificate: Certificate, bottom: float) -> None:
        canvas.setFont(font, 12)
        canvas.drawString(LEFT, bottom - 40, CLOSING)
        issued = certificate.issued_at.astimezone(CHINA)
        canvas.drawRightString(RIGHT, bottom - 90, self.centre)
        canvas.drawRightString(RIGHT, bottom - 112, f"{issued:%Y} 年 {issued.month} 月 {issued.day} 日")
        _qr(canvas, f"{self.verify_url}?code={certificate.code}", LEFT, 90)
        canvas.setFont(font, 9.5)
        for row, text in enumerate(
            (
                "扫码或打开下面的网址查验真伪:",
                self.verify_url,
                f"验证码:{certificate.code}",
                "本文件带电子签名,改动任何内容都会使签名失效。",
            )
        ):
            canvas.drawString(LEFT + QR_SIDE + 14, 90 + QR_SIDE - 16 - row * 19, text)


def _watermark(canvas: Canvas, font: str) -> None:
    canvas.saveState()
    canvas.setFillGray(0.88)
    canvas.setFont(font, 92)
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(38)
    canvas.drawCentredString(0, -20, "演示 无效")
    canvas.restoreState()


def _rows(canvas: Canvas, font: str, rows: tuple[tuple[str, str], ...]) -> float:
    """Draw the facts as a ruled table; return where it ends."""
    top, middle = float(HEIGHT - 180), LEFT + 150
    bottom = top - LINE * len(rows)
    canvas.setLineWidth(0.6)
    for row in range(len(rows) + 1):
        canvas.line(LEFT, top - row * LINE, RIGHT, top - row * LINE)
    for x in (LEFT, middle, RIGHT):
        canvas.line(x, top, x, bottom)
    canvas.setFont(font, 12)
    for row, (label, value) in enumerate(rows):
        canvas.drawString(LEFT + 12, top - row * LINE - 19, label)
        canvas.drawString(middle + 12, top - row * LINE - 19, value)
    return bottom


def _qr(canvas: Canvas, text: str, x: float, y: float) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    side = QR_SIDE / len(matrix)
    canvas.setFillGray(0)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(x + column * side, y + QR_SIDE - (row + 1) * side, side, side, stroke=0, fill=1)
