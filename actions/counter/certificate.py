"""Issues certificates: 缴存证明, 异地贷款缴存使用证明, 贷款结清证明, by a link that works once."""

import re
from hashlib import blake2b

from actions.asking import choice
from actions.call import Call
from actions.certificates.links_store import Links
from actions.counter.form import asked, closed
from actions.wish import PERSON, Result
from bot.errors import SubmissionUnconfirmed
from bot.fund.records import Certificate, CertificateKind
from bot.fund.system import Certificates
from bot.messages import Card, ChannelName, Outcome, Row

_KINDS = (
    (re.compile(r"结清|还清|还完"), CertificateKind.LOAN_SETTLED),
    (re.compile(r"异地|外地|使用证明|外省|在(?!西宁).{2,4}(?:买房|购房|贷款)"), CertificateKind.REMOTE_LOAN),
    (re.compile(r"缴存|缴费|公积金证明|在缴|账户证明"), CertificateKind.CONTRIBUTION),
)
_UNSURE = "业务系统没有回音,{kind}还没拿到。请过一会儿再说一次“开{kind}”:拿到的是同一份,不会重复开具。"
_ON_SCREEN = "证明开好了。这里不方便给您链接,请用手机 APP、微信或网上业务大厅对我说“开证明”下载,内容一样,不会重复开具。"


class GetCertificate:
    """给我开一份证明。"""

    name = "get_certificate"

    def __init__(self, fund: Certificates, links: Links, *, public_url: str) -> None:
        self._fund = fund
        self._links = links
        self._public_url = public_url.rstrip("/")

    async def fulfil(self, call: Call) -> Result:
        """Ask which one when it was not said; issue it once a day per kind, and hand out a fresh link."""
        told = call.known(self.name) | {"subject": call.subject}
        kind = _kind(call.told) or _kind(call.entity("certificate_kind"))
        if kind is None:
            buttons = tuple(choice(one.value) for one in CertificateKind)
            words = "要开哪一种证明?缴存证明、异地贷款缴存使用证明、贷款结清证明,都能马上出。"
            return asked(call, self.name, told, "kind", words, "certificate", title="开证明", buttons=buttons)
        try:
            certificate = await self._fund.issue(call.subject, kind, key=_key(call, kind))
        except SubmissionUnconfirmed:
            return closed(call, _UNSURE.format(kind=kind.value), outcome=Outcome.FAILED, buttons=(PERSON,))
        if call.channel in (ChannelName.PHONE, ChannelName.ROBOT):
            return closed(call, _ON_SCREEN, outcome=Outcome.ACTED, spoken=_ON_SCREEN)
        return self._handed_over(call, certificate, await self._links.make(certificate.code))

    def _handed_over(self, call: Call, certificate: Certificate, token: str) -> Result:
        words = (
            f"✔ {certificate.kind.value}开好了,带电子签名和二维码。点下面的链接下载,只能下载一次,10 分钟内有效;"
            f"过期了再说一次“开证明”。\n收证明的单位可以扫码,或到 {self._public_url}/verify 查验。"
        )
        card = Card(
            title=certificate.kind.value,
            rows=(Row(label="验证码", value=certificate.code), *(Row(label=a, value=b) for a, b in certificate.rows)),
            link=f"{self._public_url}/files/{token}",
            kind="document",
        )
        spoken = f"{certificate.kind.value}开好了,请点屏幕上的链接下载。"
        return closed(call, words, outcome=Outcome.ACTED, spoken=spoken, cards=(card,))


def _kind(text: str) -> CertificateKind | None:
    return next((kind for pattern, kind in _KINDS if pattern.search(text)), None)


def _key(call: Call, kind: CertificateKind) -> str:
    """The same certificate for the same person on the same day, however often it is asked for."""
    text = "\0".join((call.subject, kind.value, call.today.isoformat()))
    return blake2b(text.encode(), digest_size=20).hexdigest()
