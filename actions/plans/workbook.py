"""A plan as an xlsx workbook: the terms, then every month with numbers that can be summed."""

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from actions.calculators.loan import Loan, plan

HEAD = ("期数", "还款额(元)", "本金(元)", "利息(元)", "剩余本金(元)")
MONEY = "#,##0.00"


def workbook(loan: Loan) -> bytes:
    """The bytes of an xlsx file."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = "还款计划"
    sheet.append(("贷款金额(元)", loan.principal, "年利率(%)", loan.rate, loan.method.value))
    sheet.append(HEAD)
    for row in plan(loan):
        sheet.append((row.number, row.payment, row.principal, row.interest, row.left))
    for column, width in zip("ABCDE", (10, 16, 16, 14, 18), strict=True):
        sheet.column_dimensions[column].width = width
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=3, min_col=2, max_col=5):
        for cell in line:
            cell.number_format = MONEY
    sheet.freeze_panes = "A3"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
