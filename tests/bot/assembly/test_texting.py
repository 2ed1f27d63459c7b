"""Who sends texts under which settings."""

import pytest

from bot.assembly.texting import texting
from bot.sections import Fund, Sms
from bot.settings import Settings
from bot.sms import DemoSms, HttpSms

GATEWAY, CORE = "https://sms.example.cn/send", "https://core.example.cn"


@pytest.mark.parametrize(
    ("gateway", "core", "kind"),
    [("", "", DemoSms), (GATEWAY, "", HttpSms), (GATEWAY, CORE, HttpSms), ("", CORE, type(None))],
)
async def test_texts_go_to_the_gateway_else_to_the_demo_page_and_never_pretend(gateway, core, kind):
    settings = Settings(sms=Sms(url=gateway), fund=Fund(url=core))

    async with texting(settings) as sms:
        assert type(sms) is kind
