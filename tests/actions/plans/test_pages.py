"""A plan can be looked at and taken along, to the fen, from its address alone."""

import io
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook

from actions.calculators.loan import Loan, Method, plan
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
    assert "3603.06" in text
    assert "397100.67" in text
    assert text.count("<rect") == 60
    assert text.count("<tr>") == 31
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", Method)
async def test_the_workbook_sums_to_what_was_borrowed(client, method):
    loan = Loan(principal=LOAN.principal, rate=LOAN.rate, months=120, method=method)

    answer = await client.get(plan_link("", loan).replace("/plan?", "/plan.xlsx?"))
    rows = list(load_workbook(io.BytesIO(await answer.read())).active.iter_rows(min_row=3, values_only=True))

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


async def test_a_loan_without_interest_or_of_one_month_is_drawn_too(client):
    for query in ("principal=1000&rate=0&months=12&method=level", "principal=1000&rate=2.6&months=1&method=falling"):
        assert (await client.get(f"/plan?{query}")).status == 200
