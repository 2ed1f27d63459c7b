"""Builds every action from its dependencies: the one list of what 家家 can do."""

from collections.abc import Callable, Iterable
from datetime import date

from actions import account, certificate, complaint, contribution, loan, outlet, repayment, withdrawal
from actions.asked_first import AskedFirst
from actions.base import WishAction
from actions.complaint import FileComplaint, RateService
from actions.dialogue import dialogue_wishes
from actions.guide import Guide
from actions.handoff import ExpressAnger, RequestHuman
from actions.places import read_places
from actions.policy import AnswerEntry, AnswerPolicy, PolicyAnswers
from actions.situation import HearSituation, read_situations
from actions.smalltalk import Chat
from actions.wish import Wish
from bot.ports import Parameters, Retriever, Vault

_ROUTED = frozenset(
    {
        "wait",
        "several",
        "answer_all",
        "look_back",
        "lean",
        "told",
        "turn_withdrawal",
        "prepay_on",
        "digress",
        "for_another",
        "doubted",
        "outweighed",
        "remarked",
        "told_ahead",
        "of_the_form",
        "not_here",
        "take_back",
        "instead_of",
        "change_booking",
        "hear_situation",
    }
)  # found by routing alone; Rasa has no name for it
_GUIDED = (account, contribution, withdrawal, loan, repayment, certificate, outlet, complaint)


def assemble(
    *,
    retriever: Retriever,
    parameters: Parameters,
    today: Callable[[], date],
    wishes: Iterable[Wish] = (),
    public_url: str = "",
    vault: Vault | None = None,
) -> tuple[WishAction, ...]:
    """Return every action, ready for `actions.server.ActionServer`.

    `wishes` are further ones (those that need the core system); a wish of the same name takes the place of ours.
    `vault` gives amounts back that were masked as a code while one was waited for.
    `public_url` is where citizens open the pages that answers link to; without it none is linked.
    """
    answers = PolicyAnswers(retriever, read_places())
    guides = (Guide(guidance, retriever) for module in _GUIDED for guidance in module.GUIDANCE)
    asked_first: tuple[Wish, ...] = (
        *guides,
        Chat(),
        ExpressAnger(),
        FileComplaint(),
        account.CalculateInterest(parameters),
        contribution.CalculateContribution(parameters),
        loan.CalculateLoan(parameters, public_url=public_url),
        repayment.CalculatePrepayment(parameters),
    )
    ours: tuple[Wish, ...] = (
        *(AskedFirst(wish, answers) for wish in asked_first),
        *(AnswerPolicy(answers), AnswerEntry(answers), RequestHuman(), RateService()),
        HearSituation(answers, retriever, read_situations()),
    )
    known = {wish.name: wish for wish in ours} | dict(dialogue_wishes(answers)) | {wish.name: wish for wish in wishes}
    return tuple(WishAction(wish, known, today, vault) for wish in known.values() if wish.name not in _ROUTED)
