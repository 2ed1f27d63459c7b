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
from actions.counter.booking import BookCounter, CancelBooking
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
from actions.wish import Result, Wish
from bot.fund.system import FundSystem
from bot.ports import Identities, Ratings, Retriever, Vault

_HOW = re.compile(r"怎么|如何|咋|在哪|哪里|哪儿|什么时候|为什么|多久|几天|要什么|什么材料|什么条件")


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


class _HowFirst:
    """A query whose "怎么查" is a policy question, while "多少" asks for one's own number."""

    def __init__(self, wish: Wish, answers: PolicyAnswers) -> None:
        self._wish = wish
        self._asked_first = AskedFirst(wish, answers)

    @property
    def name(self) -> str:
        """Return the wish's name."""
        return self._wish.name

    async def fulfil(self, call: Call) -> Result:
        """Ask knowledge first only when the way is asked for."""
        return await (self._asked_first if _HOW.search(call.text) else self._wish).fulfil(call)


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
    queue: tuple[Wish, ...] = (BookCounter(fund, counter.now), CancelBooking(fund))
    return (
        *(_HowFirst(Guarded(wish, level=BOUND), answers) for wish in own),
        *(AskedFirst(Guarded(wish, level=FRESH), answers) for wish in writes),
        *(_HowFirst(Guarded(wish, level=FRESH, public=True), answers) for wish in queue),
        kinds,
        FindOutlet(fund),
        QueryQueue(fund),
        AskedFirst(FileComplaint(fund), answers),
        AskedFirst(DeferEmployer(fund, guides["employer_deferral"]), answers),
        ProveIdentity(fund, counter.identities, counter.vault, page=counter.binding_page),
        binding.BindAccount(),
        binding.UnbindAccount(counter.identities, counter.vault),
        binding.EraseData(),
        binding.CancelProof(counter.identities),
        RateService(counter.ratings),
    )
