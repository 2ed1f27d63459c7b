"""A plan can be looked at and taken along, to the fen, from its address alone."""

import io
import re
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook

from actions.calculators.loan import Loan, Method, Year, plan
from actions.plans.chart import TOP, chart
from actions.plans.link import plan_link
from actions.plans.page import PlanPages

LOAN = Loan(principal=Decimal("900000"), rate=Decimal("2.6"), months=360)  # policy_facts D-7


@pytest.fixture
async def client():
    app = web.Application()
    PlanPages().mount(app)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def test_the_page_shows_table_and_chart_with_the_published_figures(client):
    page = await client.get(plan_link("", LOAN))
    text = await page.text()

    assert page.status == 200
    assert "3,603.06" in text
    assert "397,100.67" in text
    assert text.count("<rect") == 60
    assert text.count("<tr>") == 31
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", Method)
async def test_the_workbook_sums_to_what_was_borrowed(client, method):
    loan = Loan(principal=LOAN.principal, rate=LOAN.rate, months=120, method=method)

    answer = await client.get(plan_link("", loan).replace("/plan?", "/plan.xlsx?"))
    sheet = load_workbook(io.BytesIO(await answer.read())).active
    rows = list(sheet.iter_rows(min_row=7, max_row=126, values_only=True))

    assert sheet.max_row == 127
    assert [cell.value for cell in sheet[4]][:4] == [900000, 2.6, 120, method.value]
    assert [cell.value for cell in sheet[127]][:4] == ["合计", "=SUM(B7:B126)", "=SUM(C7:C126)", "=SUM(D7:D126)"]
    assert all(cell.data_type == "n" for line in sheet["A7:E126"] for cell in line), "numbers, not words"
    assert len(rows) == 120
    assert sum(Decimal(str(row[2])) for row in rows) == loan.principal
    assert [Decimal(str(row[1])) for row in rows] == [line.payment for line in plan(loan)]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "principal=0&rate=2.6&months=360&method=level",
        "principal=-5&rate=2.6&months=360&method=level",
        "principal=1e9&rate=2.6&months=360&method=level",
        "principal=999999999999&rate=2.6&months=360&method=level",
        "principal=900000&rate=NaN&months=360&method=level",
        "principal=900000&rate=2.6&months=361&method=level",
        "principal=900000&rate=2.6&months=0&method=level",
        "principal=900000&rate=2.6&months=360&method=<script>",
        "principal=９００&rate=2.6&months=360&method=level",
    ],
)
async def test_an_address_nobody_was_given_is_not_found(client, query):
    assert (await client.get(f"/plan?{query}")).status == 404
    assert (await client.get(f"/plan.xlsx?{query}")).status == 404


@pytest.mark.parametrize(
    "paid", ["0.01", "83.33", "1000.00", "9999.99", "10000.00", "43236.72", "102825.79", "99999999"]
)
def test_the_axis_has_round_marks_and_reaches_every_bar(paid):
    year = Year(number=1, paid=Decimal(paid), principal=Decimal(paid), interest=Decimal(0), left=Decimal(0))
    drawn = chart((year,), Decimal(paid))
    marks = [Decimal(one) for one in re.findall(r">([\d.]+) 万<", drawn)]
    heights = [float(one) for one in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', drawn)]

    assert 3 <= len(marks) <= 6
    assert marks[-1] * 10_000 >= Decimal(paid) > marks[-2] * 10_000
    assert all(len(f"{mark / marks[1]:f}") <= 2 for mark in marks), "evenly spaced"
    assert min(heights) >= TOP


async def test_a_loan_without_interest_or_of_one_month_is_drawn_too(client):
    for query in ("principal=1000&rate=0&months=12&method=level", "principal=1000&rate=2.6&months=1&method=falling"):
        assert (await client.get(f"/plan?{query}")).status == 200
