"""Codes and passwords reach the vault, amounts do not."""

import pytest

from bot.passcodes import mask_passcodes


async def masked(text: str, *, asked: bool) -> tuple[str, list[str]]:
    kept: list[str] = []

    async def put(kind: str, value: str) -> str:
        kept.append(value)
        return f"〔{kind}·{len(kept)}〕"

    return await mask_passcodes(text, put, asked=asked), kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("验证码是482913", "验证码是〔验证码·1〕"),
        ("密码:482913,快查", "密码:〔验证码·1〕,快查"),
        ("验证码 482 913", "验证码 〔验证码·1〕"),
        ("４８２９１３是验证码", "〔验证码·1〕是验证码"),
        ("验证码四八二九幺三", "验证码〔验证码·1〕"),
    ],
)
async def test_a_named_code_is_always_a_secret(text: str, shown: str) -> None:
    assert await masked(text, asked=False) == (shown, ["482913"])


@pytest.mark.parametrize("text", ["482913", "482 913", "４８２９１３", "四八二九幺三", "是482913吧", "48-29-13。"])
async def test_six_digits_are_a_secret_while_one_is_asked_for(text: str) -> None:
    assert (await masked(text, asked=True))[1] == ["482913"]


@pytest.mark.parametrize("text", ["4829", "48291377", "abc12345"])
async def test_a_mistyped_or_lettered_secret_alone_is_one_too(text: str) -> None:
    assert await masked(text, asked=True) == ("〔验证码·1〕", [text])


@pytest.mark.parametrize(
    "text", ["300000", "贷300000还20年", "密码忘了打12329有用吗", "租房一年能提16800吗", "〔身份证·1〕", "验证码没收到"]
)
async def test_what_is_no_secret_stays(text: str) -> None:
    assert await masked(text, asked=False) == (text, [])


@pytest.mark.parametrize("text", ["贷300000还20年", "300000元", "提前还300000", "算一下300000的利息"])
async def test_an_amount_in_a_sentence_about_money_stays_while_a_secret_is_asked_for(text: str) -> None:
    assert await masked(text, asked=True) == (text, [])


async def test_an_ordinary_question_stays_while_a_secret_is_asked_for() -> None:
    text = "租房一年能提16800元吗"

    assert await masked(text, asked=True) == (text, [])
