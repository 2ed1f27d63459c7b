"""The web hall as a citizen meets it: in a real browser, over a real socket, with a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.messages import Button, Card, Location, Message, Outcome, Reply, Response, Source
from tests.channels.hall import Hall, hall, site, strict
from tests.system.browser import cable, chromium, complaints, new_page, watched

pytestmark = [pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]  # one browser for them all

QUESTION = "租房一年最多能提多少？"
ANSWER = "每户每年最多 16800 元"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def running(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path, demo=True) as built:
        yield built


async def opened(browser: Browser, address: str, **options: object) -> Page:
    page = await new_page(browser, **options)  # type: ignore[arg-type]
    await page.goto(address)
    await expect(page.locator(".head[data-state=ready]")).to_be_visible()
    return page


async def ask(page: Page, text: str) -> None:
    await page.locator("textarea").fill(text)
    await page.keyboard.press("Enter")


async def test_a_question_gets_its_answer_with_source_and_date(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)

    await ask(page, QUESTION)

    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)
    await expect(page.locator(".card caption")).to_have_text("租房提取每年上限")
    await expect(page.locator(".sources summary")).to_contain_text("西宁住房公积金管理中心 · 2025-01-07")
    await page.locator(".sources summary").click()
    await expect(page.locator(".sources li")).to_have_count(2)
    await expect(page.locator(".demo")).to_be_visible()
    assert complaints(page) == []


async def test_a_clarifying_button_brings_the_answer(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await ask(page, "能提多少")

    await page.get_by_role("button", name="租房提取一年能提多少").click()

    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)
    assert running.dialogue.asked[-1].payload == '/choose_entry{"entry":"withdrawal-rent-limit"}'


async def test_a_quick_start_asks_at_once(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)

    await page.locator(".starts").get_by_role("button", name="租房能提多少").click()

    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)


async def test_a_reload_keeps_the_history_and_the_draft(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await ask(page, QUESTION)
    await expect(page.locator(".answer .lead")).to_be_visible()
    await page.locator("textarea").fill("还没写完的半句")

    await page.reload()

    await expect(page.locator(".mine")).to_have_text(QUESTION)
    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)
    await expect(page.locator("textarea")).to_have_value("还没写完的半句")


async def test_a_new_conversation_forgets_the_old_one(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await ask(page, QUESTION)
    await expect(page.locator(".answer .lead")).to_be_visible()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))

    await page.get_by_role("button", name="新对话").click()
    await expect(page.locator(".turn")).to_have_count(0)
    await page.reload()
    await expect(page.locator(".head[data-state=ready]")).to_be_visible()

    await expect(page.locator(".turn")).to_have_count(0)


async def test_a_connection_cut_mid_answer_brings_it_exactly_once(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path, pause=1.0) as running, cable("127.0.0.1", running.client.port or 0) as line:
        page = await opened(browser, line.address)
        await ask(page, "断线也要答")
        await expect(page.locator(".typing")).to_be_visible()

        line.cut()

        await expect(page.locator(".answer:not(.typing)")).to_have_text("家家说：听到了：断线也要答这个回答有帮助吗？")
        await expect(page.locator(".head[data-state=ready]")).to_be_visible()
        await page.wait_for_timeout(1_500)
        await expect(page.locator(".mine")).to_have_count(1)
        await expect(page.locator(".answer")).to_have_count(1)
        assert len(running.dialogue.asked) == 1


async def test_what_is_written_without_network_is_sent_when_it_is_back(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path) as running, cable("127.0.0.1", running.client.port or 0) as line:
        page = await opened(browser, line.address)
        await line.pull()
        await expect(page.locator(".banner")).to_contain_text("连上后自动发出")

        await ask(page, "没网时写的一")
        await ask(page, "没网时写的二")
        await expect(page.locator(".mine")).to_have_count(2)
        await line.plug()

        await expect(page.locator(".answer:not(.typing)")).to_have_count(2, timeout=20_000)
        await expect(page.locator(".banner")).to_be_empty()
        assert [message.text for message in running.dialogue.asked] == ["没网时写的一", "没网时写的二"]


async def test_what_was_not_sent_outlives_the_page(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path) as running, cable("127.0.0.1", running.client.port or 0) as line:
        page = await opened(browser, line.address)
        await line.pull()
        await ask(page, "关掉页面也别丢")
        await page.close()
        await line.plug()

        later = watched(await page.context.new_page())
        await later.goto(line.address)

        await expect(later.locator(".answer:not(.typing)")).to_have_count(1)
        assert [message.text for message in running.dialogue.asked] == ["关掉页面也别丢"]


async def test_a_flood_in_one_page_leaves_another_page_working(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path, limits=strict()) as running:
        flood, calm = await opened(browser, running.address), await opened(browser, running.address)

        code = await flood.evaluate("""() => new Promise((done) => {
            const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
            socket.onopen = () => {
              socket.send(JSON.stringify({type: "hello"}));
              for (let i = 0; i < 50; i++) socket.send(JSON.stringify({type: "message", id: "f" + i, text: "刷"}));
            };
            socket.onmessage = (event) => {
              const frame = JSON.parse(event.data);
              if (frame.type === "refused") done(frame.code);
            };
        })""")
        await ask(calm, QUESTION)

        assert code == "too-many-messages"
        await expect(calm.locator(".answer .lead")).to_contain_text(ANSWER)


async def test_who_types_too_fast_is_asked_to_wait_and_loses_nothing(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path, limits=strict(session_burst=4, session_per_second=1.0)) as running:
        page = await opened(browser, running.address)

        for index in range(6):
            await ask(page, f"第{index}句")

        await expect(page.locator(".banner")).to_contain_text("请稍等几秒")
        await expect(page.locator(".answer:not(.typing)")).to_have_count(6, timeout=30_000)
        assert sorted(message.text for message in running.dialogue.asked) == [f"第{index}句" for index in range(6)]


@pytest.mark.parametrize("large", [False, True])
async def test_nothing_is_wider_than_a_small_phone(running: Hall, browser: Browser, large: bool) -> None:
    page = await opened(browser, running.address, width=360, height=740)
    if large:
        await page.get_by_role("button", name="大字版").click()
    await ask(page, QUESTION)
    await ask(page, "能提多少")
    await ask(page, "没有空格的长串" + "a" * 200)
    await expect(page.locator(".answer:not(.typing)")).to_have_count(3)

    wide = await page.evaluate("""() => {
        const root = document.querySelector("jiajia-chat").shadowRoot;
        const log = root.querySelector(".log");
        return [document.documentElement.scrollWidth > 360, log.scrollWidth > log.clientWidth,
                root.querySelector(".head").scrollWidth > 360,
                root.querySelector(".send").getBoundingClientRect().right > 360];
    }""")

    assert wide == [False, False, False, False]


async def test_large_print_is_larger_and_remembered(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    size = "() => getComputedStyle(document.querySelector('jiajia-chat')).fontSize"
    before = await page.evaluate(size)

    await page.get_by_role("button", name="大字版").click()
    await page.reload()
    await expect(page.locator(".head[data-state=ready]")).to_be_visible()

    assert (before, await page.evaluate(size)) == ("16px", "21px")
    await expect(page.get_by_role("button", name="大字版")).to_have_attribute("aria-pressed", "true")


async def test_the_keyboard_alone_is_enough(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    focused = "() => document.querySelector('jiajia-chat').shadowRoot.activeElement?.textContent"
    for _ in range(20):
        await page.keyboard.press("Tab")
        if (
            await page.evaluate("() => document.querySelector('jiajia-chat').shadowRoot.activeElement?.tagName")
            == "TEXTAREA"
        ):
            break
    await page.keyboard.type("能提")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.press("Backspace")
    await page.keyboard.type("多少")
    await page.keyboard.press("Enter")
    await expect(page.locator(".numbered .chip")).to_have_count(3)

    for _ in range(20):
        await page.keyboard.press("Shift+Tab")
        if "退休提取怎么办" in (await page.evaluate(focused) or ""):
            break
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")

    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)


async def test_enter_while_an_input_method_composes_sends_nothing(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await page.locator("textarea").fill("zufang")

    await page.locator("textarea").evaluate(
        """(text) => text.dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true})
        )"""
    )

    await expect(page.locator("textarea")).to_have_value("zufang")
    await expect(page.locator(".turn")).to_have_count(0)


async def test_more_than_two_thousand_characters_are_counted_and_kept(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)

    await page.locator("textarea").fill("金" * 2_001)
    await page.keyboard.press("Enter")

    await expect(page.locator(".count")).to_have_text("2001 / 2000")
    await expect(page.get_by_role("alert")).to_contain_text("最多 2000 字")
    await expect(page.get_by_role("button", name="发送")).to_be_disabled()
    await expect(page.locator("textarea")).to_have_value("金" * 2_001)


async def test_stars_are_given_once_and_remembered(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await ask(page, QUESTION)

    await page.get_by_role("button", name="4 星").click()
    await expect(page.locator(".stars")).to_contain_text("谢谢您的评价")
    await page.reload()

    await expect(page.locator(".stars .lit")).to_have_count(4)
    assert list(running.ratings.scores.values()) == [4]


async def test_erased_turns_leave_the_screen(tmp_path: Path, browser: Browser) -> None:
    erased = Response(replies=(Reply(text="已清除。"),), outcome=Outcome.ERASED)

    async with hall(tmp_path, {"清除我的记录": erased}) as running:
        page = await opened(browser, running.address)
        await ask(page, "一句私事")
        await expect(page.locator(".answer:not(.typing)")).to_have_count(1)
        await ask(page, "清除我的记录")

        await expect(page.locator(".answer:not(.typing)")).to_contain_text("已清除")
        await expect(page.get_by_text("一句私事")).to_have_count(0)


async def test_answers_are_set_as_chinese_is_printed(tmp_path: Path, browser: Browser) -> None:
    written = "周一至周五 9:00-12:00,每年 16,800 元?可以(夫妻合并)。电话:0971-12329,周末休息!见(2026)5 号"
    printed = "周一至周五 9:00-12:00，每年 16,800 元？可以（夫妻合并）。电话：0971-12329，周末休息！见(2026)5 号"

    async with hall(tmp_path, {"几点上班": written}) as running:
        page = await opened(browser, running.address)
        await ask(page, "几点上班")

        await expect(page.locator(".answer .bubble")).to_have_text(printed)


async def test_what_looks_like_markup_stays_text(tmp_path: Path, browser: Browser) -> None:
    evil = "<img src=x onerror=alert(1)>"

    def script(message: Message) -> Response:
        card = Card(title=evil, link="javascript:alert(1)", kind="link")
        return Response(replies=(Reply(text=evil, cards=(card,), sources=(Source(title=evil, url="javascript:1"),)),))

    async with hall(tmp_path, script) as running:
        page = await opened(browser, running.address)
        await ask(page, evil)

        await expect(page.locator(".answer .bubble")).to_have_text(evil)
        await expect(page.locator(".log img, .log a[href^=javascript]")).to_have_count(0)
        assert complaints(page) == []


async def test_a_number_is_covered_on_the_screen_once_it_has_arrived(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)

    await ask(page, "11010519491231002X")

    await expect(page.locator(".answer:not(.typing)")).to_have_count(1)
    await expect(page.locator(".mine")).to_have_text("〔身份证，已遮盖〕")
    await page.reload()
    await expect(page.locator(".mine")).to_have_text("〔身份证，已遮盖〕")


async def test_the_nearest_hall_is_asked_for_with_the_browsers_position(tmp_path: Path, browser: Browser) -> None:
    halls = Response(
        replies=(
            Reply(text="您在哪个区?", buttons=(Button(label="找离我最近的", payload='/find_outlet{"near":"me"}'),)),
        )
    )
    async with hall(tmp_path, {"网点": halls}) as running:
        there = {"geolocation": {"latitude": 36.620123, "longitude": 101.781}, "permissions": ["geolocation"]}
        for options, told in ((there, True), ({}, False)):
            page = await opened(browser, running.address, **options)
            await ask(page, "网点")
            await page.get_by_role("button", name="找离我最近的").click()
            if told:
                await expect(page.locator(".answer:not(.typing)")).to_have_count(2)
            else:
                await expect(page.locator(".banner")).to_contain_text("直接写您在哪个区也行")

        placed = [one.attachments for one in running.dialogue.asked if one.payload == "/find_outlet"]
        assert placed == [(Location(latitude=36.62, longitude=101.781),)]


async def test_one_tag_brings_the_widget_to_another_site(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path, origins=frozenset({"http://localhost:8799"})) as running, site(running.address) as other:
        page = await new_page(browser)
        await page.goto(other)

        await page.get_by_role("button", name="问家家").click()
        await expect(page.locator("textarea")).to_be_focused()
        await page.keyboard.type(QUESTION)
        await page.keyboard.press("Enter")
        await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)
        await page.keyboard.press("Escape")

        await expect(page.locator(".panel")).to_be_hidden()
        await expect(page.get_by_role("button", name="问家家")).to_be_focused()
        assert [said for said in complaints(page) if "404" not in said] == []  # the site itself has no icon


async def test_rules_of_another_site_for_everything_stay_outside(tmp_path: Path, browser: Browser) -> None:
    loud = "*{all:unset!important;font:9px serif!important;letter-spacing:9px!important} "
    loud += "jiajia-chat{transform:scale(.5)!important;position:static!important;display:inline!important}"
    welcome = frozenset({"http://localhost:8799"})
    async with (
        hall(tmp_path, origins=welcome) as running,
        site(running.address, style=f"{loud} html{{direction:rtl}}") as other,
    ):
        page = await new_page(browser)
        await page.goto(other)

        await page.wait_for_selector("jiajia-chat[ready]")
        launcher = page.get_by_role("button", name="问家家")
        await expect(launcher).to_be_visible()
        box = await launcher.bounding_box()
        look = await page.evaluate(
            "(({font, letterSpacing, direction, position}) => ({letterSpacing, direction, position}))"
            "(getComputedStyle(document.querySelector('jiajia-chat')))"
        )

        assert box is not None
        assert (box["x"] + box["width"], box["y"] + box["height"]) == (1280 - 20, 820 - 20)
        assert look == {"letterSpacing": "normal", "direction": "ltr", "position": "fixed"}


async def test_a_site_that_keeps_our_styles_out_shows_no_broken_widget(tmp_path: Path, browser: Browser) -> None:
    async with (
        hall(tmp_path, origins=frozenset({"http://localhost:8799"})) as running,
        site(running.address, policy=f"default-src 'self'; script-src {running.address}") as other,
    ):
        page = await new_page(browser)
        await page.goto(other)

        async with page.expect_console_message(lambda said: "Content-Security-Policy" in said.text):
            pass
        await expect(page.locator("jiajia-chat")).to_have_count(0)


async def test_a_picture_is_refused_with_words_whether_pasted_or_dropped(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    for kind, place, event in (("paste", "#text", "ClipboardEvent"), ("drop", ".log", "DragEvent")):
        taken = await page.evaluate(
            """([kind, place, event]) => {
              const brought = new DataTransfer();
              brought.items.add(new File(["x"], "a.png", { type: "image/png" }));
              const options = { clipboardData: brought, dataTransfer: brought, bubbles: true, cancelable: true };
              const root = document.querySelector("jiajia-chat").shadowRoot;
              return !root.querySelector(place).dispatchEvent(new globalThis[event](kind, options));
            }""",
            [kind, place, event],
        )

        assert taken
        await expect(page.locator(".over")).to_contain_text("写成文字")
        await page.locator("#text").fill("好")
        await expect(page.locator(".over")).to_be_hidden()


async def test_what_was_today_is_a_date_the_day_after(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path) as running:
        page = await new_page(browser)
        await page.clock.install()
        await page.goto(running.address)
        await ask(page, "一")
        await expect(page.locator(".moment")).to_have_count(1)

        await page.clock.fast_forward("24:00:00")
        await ask(page, "二")

        await expect(page.locator(".moment")).to_have_count(2)
        await expect(page.locator(".moment").first).not_to_contain_text("今天")
        await expect(page.locator(".moment").last).to_contain_text("今天")


async def test_paper_shows_the_whole_talk_and_nothing_to_press(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)
    await ask(page, QUESTION)
    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)

    await page.emulate_media(media="print")

    for gone in (".side", ".desk", ".tools", ".stars", ".chips"):
        await expect(page.locator(gone).first).to_be_hidden()
    inside = "document.querySelector('jiajia-chat').shadowRoot.querySelector('.log')"
    assert await page.evaluate(f"{inside}.scrollHeight <= {inside}.clientHeight")


async def test_reading_keeps_room_when_the_window_is_low(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address, width=320, height=205)
    await ask(page, QUESTION)
    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)

    box = await page.get_by_role("log").bounding_box()

    assert box is not None
    assert box["height"] >= 80


async def test_a_site_that_was_not_named_gets_no_conversation(tmp_path: Path, browser: Browser) -> None:
    async with hall(tmp_path) as running, site(running.address) as other:
        page = await new_page(browser)
        await page.goto(other)

        await page.get_by_role("button", name="问家家").click()

        await expect(page.locator(".banner")).to_contain_text("没有获准")
        assert running.dialogue.asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("large", [False, True])
async def test_no_barrier_is_found_by_axe(running: Hall, browser: Browser, scheme: str, large: bool) -> None:
    page = await opened(browser, running.address, color_scheme=scheme, reduced_motion="reduce")
    if large:
        await page.get_by_role("button", name="大字版").click()
    await ask(page, QUESTION)
    await ask(page, "能提多少")
    await expect(page.locator(".answer:not(.typing)")).to_have_count(2)

    found = await Axe().run(page)

    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found.response["violations"]] == []


async def test_the_answer_to_a_very_long_question_is_on_the_screen(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address, width=360, height=640)

    await ask(page, "公积金" * 400 + QUESTION)

    await expect(page.locator(".answer p").first).to_be_in_viewport(ratio=0.02)


async def test_a_screen_reader_hears_who_said_what(running: Hall, browser: Browser) -> None:
    page = await opened(browser, running.address)

    await ask(page, QUESTION)
    await expect(page.locator(".answer .lead")).to_contain_text(ANSWER)

    told = await page.get_by_role("log").aria_snapshot()
    assert told.index("您说：") < told.index(QUESTION) < told.index("家家说：") < told.index(ANSWER)


ODD = [
    "\u202e提能房租\u202c",
    "租\u200b房\u200b能提多少",
    "👨\u200d👩\u200d👧\u200d👦🏠能提吗",
    "第一行\n\n\n第五行",
    "好" * 2_000,
]


@pytest.mark.parametrize("text", ODD)
async def test_odd_letters_are_shown_and_answered_and_break_nothing(running: Hall, browser: Browser, text: str) -> None:
    page = await opened(browser, running.address, width=360, height=640)

    await ask(page, text)

    await expect(page.locator(".answer")).to_have_count(1)
    assert await page.locator(".mine").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints(page) == []
