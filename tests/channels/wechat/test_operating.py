"""What a centre does by hand: the menu, the examination, the binding page, one-time links."""

import io
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.clock import utc_now
from bot.errors import BusinessRefused, IdentityLocked, Misconfigured
from bot.fund.records import Person
from bot.seal import Seal
from channels.wechat.binding import Binding
from channels.wechat.channel import Account
from channels.wechat.commands import compare_menu, diagnose, push_menu
from channels.wechat.menu import read_menu
from tests.channels.wechat.account import account
from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, openid

OURS = Path(__file__).parents[3] / "channels" / "wechat" / "menu.yml"
DOMAIN = Path(__file__).parents[3] / "domain.yml"
WANG = openid("王")
NUMBER = "11010119900307775" + "8"


def written(folder: Path, text: str) -> Path:
    path = folder / "menu.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_our_menu_fits_the_platform_and_asks_only_for_wishes_that_exist():
    menu = read_menu(OURS, "https://a.example")
    known = set(re.findall(r"^  - (\w+)$", DOMAIN.read_text(encoding="utf-8"), re.MULTILINE))
    asked = {*menu.questions.keys.values(), *menu.questions.scenes.values()}

    assert len(menu.entries) == 3
    assert not {ask for ask in asked if ask.startswith("/") and ask[1:] not in known}


def test_without_an_address_of_ours_no_button_leads_nowhere():
    names = [inner.name for entry in read_menu(OURS, "").entries for inner in entry.buttons]

    assert "绑定账户" not in names


@pytest.mark.parametrize(
    "text",
    [
        "menu: []",
        "menu: 7",
        "menu: [{name: 一个太长的菜单名字, ask: x}]",
        "menu: [{name: 甲, ask: x, url: 'https://a.example'}]",
        "menu: [{name: 甲, url: 'javascript:x'}]",
        "menu: [{name: 甲, buttons: [{name: 乙, buttons: [{name: 丙, ask: x}]}]}]",
        "menu: [[",
        "menu: [{name: 甲, buttons: [" + ",".join("{name: 乙, ask: x}" for _ in range(6)) + "]}]",
    ],
)
def test_a_menu_the_platform_would_refuse_is_named_before_it_is_pushed(tmp_path, text):
    with pytest.raises(Misconfigured, match=r"menu\.yml"):
        read_menu(written(tmp_path, text), "https://a.example")


async def test_the_menu_is_compared_then_pushed_then_the_same(tmp_path):
    menu, said = read_menu(OURS, "https://a.example"), io.StringIO()
    async with account(tmp_path) as running:
        running.platform.menu = {"button": [{"type": "click", "name": "旧的", "key": "x", "sub_button": []}]}
        assert await compare_menu(running.channel.api, menu, said) == 1
        assert await push_menu(running.channel.api, menu, said) == 0
        assert await compare_menu(running.channel.api, menu, said) == 0

    assert "- 旧的 [click x]" in said.getvalue()
    assert "+ 查一查 › 账户余额 [click /query_balance]" in said.getvalue()


def connected(**changes: str) -> Account:
    return Account(**({"app_id": APP_ID, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY} | changes))


async def examined(running, account_, public_url) -> str:
    said = io.StringIO()
    menu = read_menu(OURS, "https://a.example")
    await diagnose(account_, running.channel.api, menu, public_url=public_url, now=utc_now, said=said)
    return said.getvalue()


async def test_the_doctor_finds_a_good_connection_good(tmp_path):
    async with account(tmp_path) as running:
        told = await examined(running, connected(), running.url.removesuffix("/wechat"))

    marks = [line[0] for line in told.splitlines()]
    assert marks == ["✔"] * 8 + ["!", "✔"], told
    assert told.endswith("✔ 可以接通\n")


@pytest.mark.parametrize(
    ("code", "fix"), [(40125, "AppSecret"), (40164, "IP白名单"), (40013, "AppID"), (48001, "微信认证")]
)
async def test_the_doctor_names_the_fix(tmp_path, code, fix):
    async with account(tmp_path) as running:
        running.platform.refusals["/cgi-bin/getcallbackip"] = [code]
        told = await examined(running, connected(), "")

    assert fix in told
    assert "JIAJIA_WECHAT__PUBLIC_URL" in told


async def test_the_doctor_sees_that_late_answers_cannot_be_sent_and_that_a_template_is_missing(tmp_path):
    async with account(tmp_path) as running:
        running.platform.refusals["/cgi-bin/message/custom/typing"] = [48001]
        told = await examined(running, connected(template="tpl-2"), "")
        again = await examined(running, connected(template="tpl-1"), "")

    assert "! 发客服消息的权限:账号没有这个接口的权限" in told
    assert "! 模板消息:账号里没有这个模板" in told
    assert ("✔ 发客服消息的权限" in again, "✔ 模板消息" in again) == (True, True)


async def test_the_doctor_sees_a_url_that_answers_something_else(tmp_path):
    async with account(tmp_path) as running:
        told = await examined(running, connected(token="another"), running.url.removesuffix("/wechat"))

    assert "JIAJIA_WECHAT_TOKEN 要一样" in told


class Desk:
    def __init__(self):
        self.codes = []
        self.too_soon = False

    async def send_code(self, number):
        if self.too_soon:
            raise BusinessRefused("验证码刚发过,请稍等一分钟再要。", problem="too-soon")
        self.codes.append(number)
        return "138****0000"

    async def prove_by_code(self, number, code):
        if code == "000000":
            raise BusinessRefused("验证码不对,还可以试 4 次。")
        if code == "999999":
            raise IdentityLocked
        return Person(**PERSON)


PERSON = {"subject": "s-1", "name": "王*", "phone": "138****0000"}


class Ties:
    def __init__(self):
        self.tied = []

    async def proved(self, conversation, subject, assurance, *, bound):
        self.tied.append((conversation, subject, assurance, bound))


@pytest.fixture
async def bindable(tmp_path):
    desk, ties = Desk(), Ties()
    binding = Binding(desk=desk, identities=ties, public_url="http://127.0.0.1")
    async with account(tmp_path, binding=binding) as running:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as phone:
            yield SimpleNamespace(
                running=running, home=running.url.removesuffix("/wechat"), phone=phone, desk=desk, ties=ties
            )


async def came_back(there) -> str:
    async with there.phone.get(f"{there.home}/wechat/bind", allow_redirects=False) as away:
        asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert (asked["scope"], asked["appid"]) == (["snsapi_base"], [APP_ID])
    there.running.platform.codes["c0de"] = WANG
    query = {"code": "c0de", "state": asked["state"][0]}
    async with there.phone.get(f"{there.home}/wechat/bind/back", params=query) as page:
        return await page.text()


def ticket(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found, page
    return found[1]


async def post(there, step: str, **fields: str) -> str:
    async with there.phone.post(f"{there.home}/wechat/bind/{step}", data=fields) as page:
        return await page.text()


async def test_an_account_is_bound_by_wechats_word_and_a_code(bindable):
    asked = await post(bindable, "number", ticket=ticket(await came_back(bindable)), number=NUMBER)
    told = await post(bindable, "code", ticket=ticket(asked), code="123456")

    assert ("138****0000" in asked, "绑定好了" in told) == (True, True)
    assert bindable.ties.tied == [(f"wechat-{WANG}", "s-1", 1, timedelta(days=30))]
    assert NUMBER not in asked


@pytest.mark.parametrize(("code", "words"), [("000000", "还可以试 4 次"), ("999999", "锁定"), ("12", "6 位数字")])
async def test_a_wrong_code_binds_nobody_and_says_why(bindable, code, words):
    asked = await post(bindable, "number", ticket=ticket(await came_back(bindable)), number=NUMBER)

    assert words in await post(bindable, "code", ticket=ticket(asked), code=code)
    assert bindable.ties.tied == []


async def test_a_mistyped_number_is_not_sent_anywhere(bindable):
    told = await post(bindable, "number", ticket=ticket(await came_back(bindable)), number="110101199003077750")

    assert "打错" in told
    assert bindable.desk.codes == []


async def test_one_follower_has_codes_sent_to_a_few_numbers_and_no_more(bindable):
    open_form = ticket(await came_back(bindable))
    told = [await post(bindable, "number", ticket=open_form, number=NUMBER) for _ in range(6)]
    again = await post(bindable, "again", ticket=ticket(told[0]))

    assert ["太频繁" in page for page in (*told, again)] == [False] * 5 + [True, True]
    assert len(bindable.desk.codes) == 5
    assert "绑定好了" in await post(bindable, "code", ticket=ticket(told[0]), code="123456")


async def test_nobody_can_bind_for_somebody_else(bindable):
    bindable.running.platform.codes["stolen"] = WANG
    query = {"code": "stolen", "state": "guessed"}
    async with bindable.phone.get(f"{bindable.home}/wechat/bind/back", params=query) as page:
        assert page.status == 403
    for forged in ("", "x", Seal("somebody else's secret").close('{"openid":"o","until":99999999999}').decode()):
        assert "再进一次" in await post(bindable, "code", ticket=forged, code="123456")

    assert bindable.ties.tied == []


async def test_a_form_is_good_only_in_the_browser_that_was_given_it(bindable):
    """Else somebody could hand their own form to a victim, who would bind the victim's account to them."""
    mine = ticket(await came_back(bindable))
    known = ticket(await post(bindable, "number", ticket=mine, number=NUMBER))

    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as victim:
        for step, fields in (
            ("number", {"ticket": mine, "number": NUMBER}),
            ("again", {"ticket": known}),
            ("code", {"ticket": known, "code": "123456"}),
        ):
            async with victim.post(f"{bindable.home}/wechat/bind/{step}", data=fields) as page:
                assert (page.status, "再进一次" in await page.text()) == (403, True), step

    assert bindable.desk.codes == [NUMBER]
    assert bindable.ties.tied == []


async def test_another_code_is_sent_on_demand_and_the_last_one_can_still_be_filled_in(bindable):
    asked = await post(bindable, "number", ticket=ticket(await came_back(bindable)), number=NUMBER)
    again = await post(bindable, "again", ticket=ticket(asked))
    bindable.desk.too_soon = True
    soon = await post(bindable, "again", ticket=ticket(again))
    reopened = await post(bindable, "number", ticket=ticket(await came_back(bindable)), number=NUMBER)

    assert bindable.desk.codes == [NUMBER, NUMBER]
    assert all("稍等一分钟" in page and 'name="code"' in page for page in (soon, reopened))
    assert "绑定好了" in await post(bindable, "code", ticket=ticket(reopened), code="123456")
