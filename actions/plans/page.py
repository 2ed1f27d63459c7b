"""/plan and /plan.xlsx: everything is in the address, nothing is kept, and nobody's data are in it."""

import asyncio
import re
from decimal import Decimal

from aiohttp import web

from actions.calculators.loan import Loan, cost, plan, yearly
from actions.plans.chart import chart
from actions.plans.link import METHODS, plan_query
from actions.plans.workbook import workbook

PRINCIPAL, RATE, MONTHS = re.compile(r"[1-9][0-9]{2,7}(\.[0-9]{1,2})?"), re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?"), 360
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=600",
}
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>还款计划</title><style>
body{{font:18px/1.7 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fff}}
table{{border-collapse:collapse;width:100%}}th,td{{border:1px solid #767676;padding:.3rem .6rem;text-align:right}}
th{{background:#f3f3f3}}svg{{width:100%;min-width:36rem;height:auto}}.wide{{overflow-x:auto}}td,th{{white-space:nowrap}}a{{color:#0b5cad}}.p{{color:#0b5cad}}.i{{color:#9a5b00}}
</style></head><body><main><h1>还款计划（{method}）</h1>
<p>贷 {principal} 元、{months} 期、年利率 {rate}%：首月还 {first} 元，总利息约 {interest} 元。</p>
<p><span class="p">■ 本金</span> <span class="i">■ 利息</span> ┅ 剩余本金（左高右低，到 0 还清）</p>
<div class="wide" tabindex="0">{chart}</div>
<p><a href="/plan.xlsx?{query}">下载每月明细（xlsx）</a></p>
<div class="wide" tabindex="0"><table>
<thead><tr><th>年</th><th>还款（元）</th><th>本金</th><th>利息</th><th>剩余本金</th></tr></thead>
<tbody>{rows}</tbody></table></div><p>结果供参考，以中心审批和借款合同为准。</p></main></body></html>"""


class PlanPages:
    """The two addresses."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    def mount(self, app: web.Application) -> None:
        """Add the routes to the citizens' application."""
        app.router.add_get("/plan", self._page)
        app.router.add_get("/plan.xlsx", self._workbook)

    async def _page(self, request: web.Request) -> web.Response:
        loan = _loan(request)
        years = yearly(plan(loan))
        rows = "".join(
            f"<tr><td>{year.number}</td><td>{year.paid:,}</td><td>{year.principal:,}</td><td>{year.interest:,}</td>"
            f"<td>{year.left:,}</td></tr>"
            for year in years
        )
        costs = cost(loan)
        text = _PAGE.format(
            method=loan.method.value,
            principal=f"{loan.principal:,}",
            months=loan.months,
            rate=loan.rate,
            first=f"{costs.first:,}",
            interest=f"{costs.interest:,}",
            chart=chart(years, loan.principal),
            query=plan_query(loan).replace("&", "&amp;"),
            rows=rows,
        )
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def _workbook(self, request: web.Request) -> web.Response:
        headers = HEADERS | {"Content-Disposition": 'attachment; filename="repayment-plan.xlsx"'}
        return web.Response(body=await self._book(_loan(request)), content_type=XLSX, headers=headers)

    async def _book(self, loan: Loan) -> bytes:
        """One at a time and off the loop: a workbook takes a sixteenth of a second."""
        async with self._turn:
            return await asyncio.to_thread(workbook, loan)


def _loan(request: web.Request) -> Loan:
    """The loan an address describes; 404 for an address nobody was given."""
    given = request.query
    principal, rate, months = given.get("principal", ""), given.get("rate", ""), given.get("months", "")
    method = METHODS.get(given.get("method", ""))
    good = PRINCIPAL.fullmatch(principal) and RATE.fullmatch(rate) and re.fullmatch("[1-9][0-9]{0,2}", months)
    if not good or method is None or int(months) > MONTHS:
        raise web.HTTPNotFound(text="没有这个还款计划。请回到对话里重新试算。")
    return Loan(principal=Decimal(principal), rate=Decimal(rate), months=int(months), method=method)
