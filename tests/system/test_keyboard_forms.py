"""A withdrawal and a booking by keyboard alone on a small phone, from the first word to the receipt."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.dialogues.script import filled
from tests.system.browser import chromium, complaints, new_page
from tests.system.product import Product, product

pytestmark = [pytest.mark.system, pytest.mark.model]
PHONE = {"width": 360, "height": 740}
MOST_STEPS = 40
FOCUSED = """() => { const at = document.querySelector('jiajia-chat').shadowRoot.activeElement;
    return at ? `${at.tagName} ${at.textContent.trim()}` : '' }"""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def reached(page: Page, kind: str, words: str, key: str) -> None:
    """Step from one thing to the next until what is wanted has the focus."""
    for _ in range(MOST_STEPS):
        at = await page.evaluate(FOCUSED)
        if at.startswith(kind) and words in at:
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{words} is out of reach of {key}: {await page.evaluate(FOCUSED)}")


async def entered(page: Page, answer: str) -> None:
    """Press Enter and wait for an answer that says this; one that said it before does not count."""
    saying = page.locator(".answer:not(.typing)").filter(has_text=answer)
    before = await saying.count()
    await page.keyboard.press("Enter")
    await expect(saying.nth(before)).to_be_visible(timeout=30_000)
    assert not await page.evaluate(TOO_WIDE)


async def typed(page: Page, here: Product, words: str, answer: str) -> None:
    """Go to where one writes, write, send, and wait for what comes."""
    await reached(page, "TEXTAREA", "", "Tab")
    await page.keyboard.type(await filled(words, here.demo_address))
    await entered(page, answer)


async def pressed(page: Page, label: str, answer: str) -> None:
    """Go back from where one writes to a button, and press it."""
    await reached(page, "TEXTAREA", "", "Tab")
    await reached(page, "BUTTON", label, "Shift+Tab")
    await entered(page, answer)


async def test_a_withdrawal_and_a_booking_need_no_mouse(tmp_path: Path) -> None:
    async with product(tmp_path) as here, chromium() as browser:
        page = await new_page(browser, **PHONE)
        await page.goto(here.address)
        await expect(page.locator(".head[data-state=ready]")).to_be_visible()

        await typed(page, here, "我想提公积金交房租", "18 位身份证号")
        await typed(page, here, "{id:租房、单身}", "用哪种方式确认")
        await pressed(page, "短信验证码", "5 分钟内有效")
        await typed(page, here, "{code}", "最多能提")
        await page.screenshot(path=tmp_path / "withdrawal-amount.png")
        await typed(page, here, "一万二", "租房提取 12,000.00 元")
        await page.screenshot(path=tmp_path / "withdrawal-summary.png")
        await pressed(page, "确认提交", "✔ 已提交")
        await page.screenshot(path=tmp_path / "withdrawal-receipt.png")

        await typed(page, here, "我想预约办业务", "想去哪个大厅")
        await pressed(page, "城西区服务大厅", "可以约这些时间")
        await typed(page, here, "有没有下周三上午的", "（周三）可以约这些时间")
        await page.screenshot(path=tmp_path / "booking-times.png")
        await pressed(page, "（周三）10:00", "请核对：预约")
        await pressed(page, "确认预约", "✔ 预约号")
        await page.screenshot(path=tmp_path / "booking-receipt.png")

        assert complaints(page) == []
