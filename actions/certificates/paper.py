"""Draws a certificate as an A4 paper: title, what is certified, code and QR; 演示 all over it when the data are."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from actions.certificates.typeface import Typeface
from bot.clock import CHINA
from bot.fund.records import Certificate, CertificateKind

WIDTH, HEIGHT = A4
LEFT, RIGHT = 78.0, WIDTH - 78.0
MIDDLE = LEFT + 158.0
TABLE_TOP, TABLE_END = HEIGHT - 236.0, 246.0
PAD, LEADING = 7.6, 17.0
QR_SIDE, QR_BOTTOM = 84.0, 76.0
INK, BLUE, PALE, RULE, RED = (HexColor(one) for one in ("#1b1b1b", "#1f3a6e", "#eef2f8", "#9fb0cc", "#b3261e"))
SHADOW = HexColor("#f6d9d6")
INTRO = {
    CertificateKind.CONTRIBUTION: "兹证明下列职工在本中心缴存住房公积金的情况：",
    CertificateKind.REMOTE_LOAN: "兹证明下列职工缴存、使用住房公积金的情况，供其在异地申请住房公积金贷款：",
    CertificateKind.LOAN_SETTLED: "兹证明下列借款人的住房公积金个人住房贷款已经结清：",
}
CLOSING = "以上信息取自住房公积金业务系统，以开具当日为准；真伪以网上查验结果为准。"
SEALED = "本文件带电子签名，改动任何内容都会使签名失效。"
SAMPLE, MARK = "演示样张 · 不属于任何真人 · 不能作为凭证", "演示 无效"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How certificates look, in which letters."""

    centre: str
    verify_url: str
    demo: bool
    typeface: Typeface
    _one: threading.Lock = field(default_factory=threading.Lock)  # reportlab's fonts are of the process

    def draw(self, certificate: Certificate) -> bytes:
        """PDF of one certificate, not yet signed; its code is in the document information too."""
        with self._one:
            file = io.BytesIO()
            canvas = Canvas(file, pagesize=A4, invariant=1)
            canvas.setTitle(f"住房公积金{certificate.kind.value}")
            canvas.setAuthor(self.centre)
            canvas.setSubject("演示样张，无效" if self.demo else "电子证明")
            canvas.setKeywords(certificate.code)
            _Drawing(canvas, self, certificate).all()
            canvas.save()
            return file.getvalue()


class _Drawing:
    """One certificate on its way onto the canvas."""

    def __init__(self, canvas: Canvas, paper: Paper, certificate: Certificate) -> None:
        self._canvas, self._paper, self._certificate = canvas, paper, certificate
        written = "".join(self._words())
        self._plain, self._bold = paper.typeface.plain(written), paper.typeface.bold(written)

    def _words(self) -> Iterator[str]:
        yield from ("住房公积金编号：年月日0123456789-", CLOSING, SEALED, SAMPLE, MARK, self._paper.centre, HINT)
        yield from (*INTRO.values(), self._certificate.kind.value, self._certificate.code, self._paper.verify_url)
        for label, value in self._certificate.rows:
            yield label + value

    def all(self) -> None:
        """Page after page; the foot stands on the last."""
        self._begin()
        y = TABLE_TOP
        for label, value in self._certificate.rows:
            height = PAD * 2 + LEADING * (len(self._lines(value)) - 1) + 11
            if y - height < TABLE_END:
                self._canvas.showPage()
                self._begin()
                y = TABLE_TOP
            self._row(label, value, y, height)
            y -= height
        self._foot(y)
        self._canvas.showPage()

    def _text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, where: str = "left") -> None:
        font = self._bold if bold else self._plain
        self._canvas.setFont(font, size)
        draw = {"left": self._canvas.drawString, "right": self._canvas.drawRightString}
        draw.get(where, self._canvas.drawCentredString)(x, y, text)

    def _begin(self) -> None:
        if self._paper.demo:
            self._watermark()
        self._frame()
        canvas, certificate = self._canvas, self._certificate
        canvas.setFillColor(BLUE)
        self._text(WIDTH / 2, HEIGHT - 100, self._paper.centre, 12, where="middle")
        self._text(WIDTH / 2, HEIGHT - 142, f"住房公积金{certificate.kind.value}", 25, bold=True, where="middle")
        self._ornament(HEIGHT - 160)
        canvas.setFillColor(INK)
        self._text(WIDTH / 2, HEIGHT - 183, f"编号：{certificate.code}", 10, where="middle")
        self._text(LEFT, HEIGHT - 219, INTRO[certificate.kind], 11.5)

    def _frame(self) -> None:
        canvas = self._canvas
        canvas.setStrokeColor(BLUE)
        for margin, width in ((34, 1.8), (39, 0.5)):
            canvas.setLineWidth(width)
            canvas.rect(margin, margin, WIDTH - 2 * margin, HEIGHT - 2 * margin)
        if self._paper.demo:
            canvas.setFillColor(RED)
            self._text(WIDTH / 2, HEIGHT - 62, SAMPLE, 10, bold=True, where="middle")
            self._text(WIDTH / 2, 48, SAMPLE, 8, where="middle")

    def _ornament(self, y: float) -> None:
        canvas = self._canvas
        canvas.setLineWidth(0.7)
        for start, end in ((-120, -9), (9, 120)):
            canvas.line(WIDTH / 2 + start, y, WIDTH / 2 + end, y)
        diamond = canvas.beginPath()
        diamond.moveTo(WIDTH / 2, y + 4)
        for x, rise in ((4, 0), (0, -4), (-4, 0)):
            diamond.lineTo(WIDTH / 2 + x, y + rise)
        canvas.drawPath(diamond, stroke=0, fill=1)

    def _watermark(self) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setFillColor(SHADOW)
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(40)
        for across, along in ((-265, 0), (0, 0), (265, 0)):
            self._text(along, across - 24, MARK, 74, bold=True, where="middle")
        canvas.restoreState()

    def _row(self, label: str, value: str, top: float, height: float) -> None:
        canvas = self._canvas
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.6)
        if not self._paper.demo:
            canvas.setFillColor(PALE)
            canvas.rect(LEFT, top - height, MIDDLE - LEFT, height, stroke=0, fill=1)
        canvas.rect(LEFT, top - height, RIGHT - LEFT, height)
        canvas.line(MIDDLE, top, MIDDLE, top - height)
        canvas.setFillColor(INK)
        self._text(LEFT + 12, top - PAD - 9.5, label, 11, bold=True)
        for number, line in enumerate(self._lines(value)):
            self._text(MIDDLE + 12, top - PAD - 9.5 - number * LEADING, line, 11.5)

    def _lines(self, value: str) -> list[str]:
        """The value cut where the column ends; Chinese may be cut anywhere."""
        lines, room = [""], RIGHT - MIDDLE - 24
        for letter in value:
            if stringWidth(lines[-1] + letter, self._plain, 11.5) > room:
                lines.append("")
            lines[-1] += letter
        return lines

    def _foot(self, table_end: float) -> None:
        canvas, certificate = self._canvas, self._certificate
        canvas.setFillColor(INK)
        self._text(LEFT, table_end - 27, CLOSING, 9.5)
        issued = certificate.issued_at.astimezone(CHINA)
        self._text(RIGHT, 202, self._paper.centre, 12.5, bold=True, where="right")
        self._text(RIGHT, 183, f"{issued.year} 年 {issued.month} 月 {issued.day} 日", 11.5, where="right")
        canvas.setStrokeColor(RULE)
        canvas.line(LEFT, 170, RIGHT, 170)
        _qr(canvas, f"{self._paper.verify_url}?code={certificate.code}", LEFT, QR_BOTTOM)
        canvas.setFillColor(INK)
        for row, text in enumerate((HINT, self._paper.verify_url, f"验证码：{certificate.code}", SEALED)):
            self._text(LEFT + QR_SIDE + 14, QR_BOTTOM + QR_SIDE - 14 - row * 19, text, 9.5)


HINT = "扫码，或打开下面的网址、输入验证码查验真伪："


def _qr(canvas: Canvas, text: str, x: float, y: float) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    side = QR_SIDE / len(matrix)
    canvas.setFillGray(1)
    canvas.rect(x - 4, y - 4, QR_SIDE + 8, QR_SIDE + 8, stroke=0, fill=1)
    canvas.setFillGray(0)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(x + column * side, y + QR_SIDE - (row + 1) * side, side, side, stroke=0, fill=1)
