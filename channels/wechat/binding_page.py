"""What the page 绑定账户 looks like on a phone: one question at a time, large, and no script."""

from html import escape

from aiohttp import web

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
TITLE = "绑定公积金账户"
STEPS = ("填身份证号", "填验证码", "完成")
START_AGAIN = "页面打开太久了,或不是从公众号打开的。请回到公众号,从菜单“绑定账户”再进一次。"
BOUND = "绑定好了。回到公众号,对家家说“查余额”就行。办提取等业务时再核实一次验证码。不想绑了,说“解除绑定”。"
ASK_NUMBER = "先确认是您本人。请填 18 位身份证号,验证码会发到您在中心预留的手机。"
ASK_CODE = "请填短信里的 6 位验证码。"
SENT = "验证码已发到您的预留手机 {}(5 分钟内有效)。"
TOO_MANY = "要验证码要得太频繁了,请过十分钟再试;也可以带身份证到柜台绑定,或拨打 12329。"
WRONG_NUMBER = "身份证号好像打错了一位,请核对后再填。"
WRONG_CODE = "验证码是 6 位数字,请核对后再填。"
NOTE = "号码只用于这次核对,不进聊天记录。家家不会打电话要验证码,也请不要告诉别人。"
_STYLE = """
*{box-sizing:border-box}
body{font:18px/1.7 system-ui,sans-serif;max-width:30rem;margin:0 auto;padding:24px 20px;color:#1f2329;background:#fff}
h1{font-size:1.35rem;margin:0 0 12px}
ol{display:flex;gap:8px;list-style:none;margin:0 0 20px;padding:0;font-size:.85rem;color:#6b7280}
li{flex:1;border-top:4px solid #d1d5db;padding-top:6px}
li.done,li.now{border-color:#06793a}
li.now{color:#1f2329;font-weight:600}
label{display:block;margin-top:8px}
input{font:inherit;font-size:1.25rem;letter-spacing:.05em;width:100%;padding:12px;margin-top:6px}
input{border:2px solid #9ca3af;border-radius:8px}
input:focus{border-color:#06793a;outline:3px solid #bbe7cd}
button{font:inherit;width:100%;padding:13px;margin-top:16px;border-radius:8px;border:2px solid #06793a}
.go{background:#06793a;color:#fff;font-weight:600}
.again{background:#fff;color:#06793a}
.wrong{background:#fdecec;color:#9b1c1c;padding:10px 12px;border-radius:8px}
.note{font-size:.85rem;color:#6b7280;margin-top:20px}
a{color:#06793a}
"""


def told(text: str, *, status: int = 200, step: int | None = None) -> web.Response:
    """A page that says one thing; `step` counts from 0."""
    return _response(f"{_steps(step)}<p>{escape(text)}</p>", status)


def number_form(path: str, ticket: str, *, wrong: str = "") -> web.Response:
    """Ask for the ID number."""
    field = (
        '<label>身份证号<input name="number" required pattern="[0-9Xx ]{18,24}" maxlength="24" autofocus '
        'autocapitalize="characters" enterkeyhint="next"></label>'
    )
    form = _form(f"{path}/number", ticket, field, "发验证码", "go")
    return _response(f"{_steps(0)}<p>{escape(ASK_NUMBER)}</p>{_wrong(wrong)}{form}{_note()}")


def code_form(path: str, ticket: str, *, sent: str = "", wrong: str = "") -> web.Response:
    """Ask for the code; it can be sent once more, and the number can be put right."""
    field = (
        '<label>验证码<input name="code" required pattern="[0-9]{6}" maxlength="6" inputmode="numeric" autofocus '
        'autocomplete="one-time-code" enterkeyhint="done"></label>'
    )
    forms = _form(f"{path}/code", ticket, field, "绑定", "go") + _form(
        f"{path}/again", ticket, "", "没收到,重新发送", "again"
    )
    back = f'<p class="note"><a href="{path}">身份证号填错了,重填</a></p>'
    return _response(f"{_steps(1)}<p>{escape(sent or ASK_CODE)}</p>{_wrong(wrong)}{forms}{back}{_note()}")


def _form(action: str, ticket: str, field: str, label: str, kind: str) -> str:
    return (
        f'<form method="post" action="{action}" autocomplete="off"><input type="hidden" name="ticket" '
        f'value="{escape(ticket)}">{field}<button class="{kind}">{label}</button></form>'
    )


def _steps(now: int | None) -> str:
    if now is None:
        return ""
    kinds = ("done" if at < now else "now" if at == now else "" for at in range(len(STEPS)))
    marks = (f'<li class="{kind}"{_CURRENT if kind == "now" else ""}>' for kind in kinds)
    return f"<ol>{''.join(f'{mark}{text}</li>' for mark, text in zip(marks, STEPS, strict=True))}</ol>"


_CURRENT = ' aria-current="step"'


def _wrong(text: str) -> str:
    return f'<p class="wrong" role="alert">{escape(text)}</p>' if text else ""


def _note() -> str:
    return f'<p class="note">{NOTE}</p>'


def _response(body: str, status: int = 200) -> web.Response:
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{TITLE}</title><style>{_STYLE}</style>'
        f"<main><h1>{TITLE}</h1>{body}</main></html>"
    )
    return web.Response(text=page, status=status, content_type="text/html", headers=HEADERS)
