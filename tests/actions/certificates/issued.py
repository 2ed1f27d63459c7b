"""The certificate that the tests draw, seal and verify."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from actions.certificates.examining import Checked, examine
from actions.certificates.seal import ElectronicSeal
from bot.fund.records import Certificate, CertificateKind

CODE = "ABCD2345EFGH6789"
ISSUED = Certificate(
    kind=CertificateKind.CONTRIBUTION,
    code=CODE,
    rows=(
        ("姓名", "王**(演示)"),
        ("个人账号", "尾号 1234"),
        ("账户状态", "正常"),
        ("缴存基数", f"{Decimal('8500.00')} 元"),
        ("<b>注入</b>", "<script>alert(1)</script>"),
    ),
    issued_at=datetime(2026, 11, 2, 1, 30, tzinfo=UTC),
)


async def checked(seal: ElectronicSeal, pdf: bytes) -> Checked:
    """What `seal.check` finds, without starting a process for each file as it does (test_examiner.py shows that)."""
    return await asyncio.to_thread(examine, pdf, seal.trust)
