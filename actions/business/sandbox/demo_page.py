"""The page where whoever tries the demo finds people to be, and the codes sent to their phones."""

from collections.abc import Iterable
from html import escape

from actions.business.sandbox.stories import Persona
from bot.clock import CHINA
from bot.sms import Text

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>演示核心系统</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="10">
<style>body{{font:16px/1.6 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}td,th{{padding:.3rem .8rem;
border-bottom:1px solid #ddd;text-align:left}}</style>
<h1>演示核心系统</h1><p>以下都是生成的演示数据,不属于任何真人。</p>
<table><tr><th>人物</th><th>身份证号(演示)</th><th>查询密码</th></tr>{people}</table>
<h2>发出的短信</h2><table><tr><th>手机</th><th>内容</th><th>时间</th></tr>{texts}</table></html>"""


def demo_page(personas: Iterable[Persona], texts: Iterable[Text]) -> str:
    """HTML of both lists."""
    return _PAGE.format(
        people="".join(_row(one.story, one.id_number, one.password) for one in personas),
        texts="".join(_row(one.phone, one.text, f"{one.at.astimezone(CHINA):%H:%M:%S}") for one in texts),
    )


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
