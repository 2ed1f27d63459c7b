"""A plan as an xlsx workbook: the terms, then every month with numbers that can be summed, and their sums."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from actions.calculators.loan import Loan, plan

TITLE, NOTE = "住房公积金贷款还款计划(试算)", "结果供参考,以中心审批和借款合同为准。每月四舍五入到分,最后一期结清尾差。"
TERMS = ("贷款金额(元)", "年利率(%)", "期数", "还款方式")
HEAD = ("期数", "还款额(元)", "本金(元)", "利息(元)", "剩余本金(元)")
MONEY = "#,##0.00"
HEAD_ROW, FIRST_ROW = 6, 7
THIN = Side(style="thin", color="9FB0CC")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
PALE = PatternFill("solid", start_color="EEF2F8")


def workbook(loan: Loan) -> bytes:
    """The bytes of an xlsx file."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = "还款计划"
    _terms(sheet, loan)
    last = _months(sheet, loan)
    _sums(sheet, last)
    _laid_out(sheet, last)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _terms(sheet: Worksheet, loan: Loan) -> None:
    sheet.append((TITLE,))
    sheet.append((NOTE,))
    sheet.append(TERMS)
    sheet.append((loan.principal, loan.rate, loan.months, loan.method.value))
    sheet.append(())
    sheet.append(HEAD)


def _months(sheet: Worksheet, loan: Loan) -> int:
    """Write every month; return the last row."""
    rows = plan(loan)
    for row in rows:
        sheet.append((row.number, row.payment, row.principal, row.interest, row.left))
    return HEAD_ROW + len(rows)


def _sums(sheet: Worksheet, last: int) -> None:
    """Formulas, so that whoever changes a month sees what comes of it."""
    sheet.append(("合计", *(f"=SUM({column}{FIRST_ROW}:{column}{last})" for column in "BCD")))


def _laid_out(sheet: Worksheet, last: int) -> None:
    for column, width in zip("ABCDE", (16, 16, 16, 16, 18), strict=True):
        sheet.column_dimensions[column].width = width
    sheet["A1"].font, sheet["A2"].font = Font(bold=True, size=16), Font(size=10, color="5A5A5A")
    sheet["A4"].number_format = MONEY
    for line in (3, HEAD_ROW, last + 1):
        for cell in sheet[line]:
            cell.font, cell.fill = Font(bold=True), PALE
    for row in sheet.iter_rows(min_row=HEAD_ROW, max_row=last + 1, max_col=5):
        for place, cell in enumerate(row):
            cell.border = GRID
            cell.alignment = Alignment(horizontal="right" if place else "center")
            cell.number_format = MONEY if place else "0"
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
