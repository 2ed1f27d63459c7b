"""Builds every wish that needs the core system: the one list of what the counter does, each with its level of proof."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actions.asked_first import AskedFirst
from actions.call import Call
from actions.complaint import RateService
from actions.contribution import GUIDANCE
from actions.counter import binding
from actions.counter.account import QueryBalance, QueryProgress
from actions.counter.booking import BookCounter, CancelBooking, ChangeBooking
from actions.counter.certificate import GetCertificate
from actions.counter.choosing import ChooseWithdrawal
from actions.counter.complaint import FileComplaint, QueryComplaint
from actions.counter.contribution import DeferEmployer, QueryContribution, QueryEmployer, QueryMissingMonths
from actions.counter.guard import BOUND, FRESH, Guarded
from actions.counter.identity import ProveIdentity
from actions.counter.loan import QueryLoan, QueryPlan
from actions.counter.outlet import FindOutlet, QueryQueue
from actions.counter.prepayment import Prepay
from actions.counter.withdrawal import withdrawals
from actions.guide import Guide
from actions.places import read_places
from actions.policy import PolicyAnswers
from actions.questions import asks
from actions.wish import Result, Wish, say
from bot.buckets import code_shares, proof_shares
from bot.fund.system import FundSystem
from bot.messages import Outcome
from bot.ports import Identities, Ratings, Retriever, Vault

_HOW = re.compile(
    r"怎么(?!还没|没|.{0,6}[少多]了)|如何|咋|在哪|哪里|哪儿|什么时候|为什么|多久|几天|几号|要什么|什么材料|什么条件|能(?:再)?[贷借]|利率$|^(?:公积金)?贷款$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What the wishes need: the core system, who is there, what was masked, and the policy answers."""

    fund: FundSystem
    identities: Identities
    vault: Vault
    retriever: Retriever
    now: Callable[[], datetime]
    certificate: GetCertificate | None = None
    ratings: Ratings | None = None
    binding_page: str = ""


_RULE = re.compile(r"利率|条件|政策|规定|额度|上限")
_MINE = re.compile(r"我的|我名下|我家|我这|本人")
_SOMEBODY_ELSES = re.compile(
    r"(?:我?(?:老公|老婆|爱人|妻子|丈夫|媳妇|对象|爸爸?|妈妈?|父母|儿子|女儿|孩子|同事|朋友|家人)|(?<!其)[他她]|别人)的?"
    r".{0,4}(?:余额|账户|公积金|贷款|缴存|缴|进度|明细)"
)
_ONLY_YOURS = (
    "只能查看您本人的公积金。家人的请他本人来问,验证一下身份就能查;不方便用手机的,带身份证到柜台或自助终端。\n"
    "要查您自己的,说“查余额”这样的话就行。"
)


class _HowFirst:
    """A query whose "怎么查" is a policy question, while "多少" asks for one's own number."""

    def __init__(self, wish: Wish, answers: PolicyAnswers) -> None:
        self._wish = wish
        self._answers = answers
        self._asked_first = AskedFirst(wish, answers)

    @property
    def name(self) -> str:
        """Return the wish's name."""
        return self._wish.name

    async def fulfil(self, call: Call) -> Result:
        """Ask knowledge first only when the way is asked for; nobody sees what is somebody else's."""
        if _SOMEBODY_ELSES.search(call.text):
            return await self._of_another(call)
        general = _RULE.search(call.text) and not _MINE.search(call.text)
        return await (self._asked_first if general or _HOW.search(call.text) else self._wish).fulfil(call)

    async def _of_another(self, call: Call) -> Result:
        """Take what is only told of somebody (他公积金里还有八万) to the matter talked about; look nothing up."""
        if call.memory.entry and not (asks(call.text) or "查" in call.text):
            told = await self._answers.answer(call, call.text)
            if told.response.outcome is Outcome.ANSWERED:
                return told
        return say(_ONLY_YOURS)


def _proof(counter: Counter) -> ProveIdentity:
    def seconds() -> float:
        return counter.now().timestamp()

    return ProveIdentity(
        counter.fund,
        counter.identities,
        counter.vault,
        codes=code_shares(seconds),
        proofs=proof_shares(seconds),
        page=counter.binding_page,
    )


def counter_wishes(counter: Counter) -> tuple[Wish, ...]:
    """Return them; `actions.registry.assemble` lets them take the place of the guides."""
    answers = PolicyAnswers(counter.retriever, read_places())
    fund = counter.fund
    guides = {guidance.name: Guide(guidance, counter.retriever) for guidance in GUIDANCE}
    own: tuple[Wish, ...] = (
        QueryBalance(fund),
        QueryProgress(fund),
        QueryContribution(fund),
        QueryMissingMonths(fund),
        QueryEmployer(fund),
        QueryLoan(fund),
        QueryPlan(fund),
        QueryComplaint(fund),
    )
    papers: tuple[Wish, ...] = (counter.certificate,) if counter.certificate else ()
    writes: tuple[Wish, ...] = (*withdrawals(fund, counter.now), Prepay(fund, counter.now), *papers)
    kinds = AskedFirst(ChooseWithdrawal(), answers)
    queue: tuple[Wish, ...] = (BookCounter(fund, counter.now), CancelBooking(fund), ChangeBooking(fund))
    return (
        *(_HowFirst(Guarded(wish, level=BOUND), answers) for wish in own),
        *(AskedFirst(Guarded(wish, level=FRESH), answers) for wish in writes),
        *(_HowFirst(Guarded(wish, level=FRESH, public=True), answers) for wish in queue),
        kinds,
        FindOutlet(fund),
        QueryQueue(fund),
        AskedFirst(FileComplaint(fund), answers),
        AskedFirst(DeferEmployer(fund, guides["employer_deferral"]), answers),
        _proof(counter),
        binding.BindAccount(),
        binding.UnbindAccount(counter.identities, counter.vault),
        binding.EraseData(),
        binding.CancelProof(counter.identities),
        RateService(counter.ratings),
    )
