"""Turns what retrieval found into what we say: an approved answer, a choice, or an honest "I don't know"."""

import re
from dataclasses import replace

from bot.knowledge import Decision, Finding, Served
from bot.messages import Button, Candidate, Evidence, Outcome, Reply, Response
from bot.wire import encode

NONE_OF_THESE = Button(label="都不是", payload="/deny")
TO_A_PERSON = Button(label="转人工", payload="/request_human")
CHOICES = 3
FOLLOW_UPS = 3
_NEAR = 0.05  # below it an entry is not worth naming beside a refusal
_LIKELY = 0.3

WHICH = "您想问的是哪一个?"
WHICH_ONE = "您想问的是这个吗?"
_CHOSEN = re.compile(r'/choose_entry\{"entry":\s*"(?P<entry>[a-z0-9-]{1,80})"\}')
UNKNOWN = (
    "这个问题家家没有查到可靠的答案,不敢乱说。请拨打 12329,或点“转人工”让工作人员帮您。"
    "缴存、提取、贷款、还款、证明、网点这些政策,您可以换个说法再问一次,比如“租房一年能提多少”。"
)
UNSURE = "这句话家家没有听准,不敢乱答。最接近的是下面这几个,点一个就能看;都不是的话,换个说法再问一次,或点“转人工”。"
UNKNOWN_SPOKEN = "这个问题我没有查到可靠的答案。您可以换个说法再问一次,或者说转人工,让工作人员帮您。"


def policy_response(finding: Finding, *, intent: str = "") -> Response:
    """Say the best hit, offer the best few, or decline, as the finding decided."""
    evidence = Evidence(
        intent=intent,
        decision=finding.decision.value,
        candidates=tuple(Candidate(entry=hit.entry.id, score=hit.score) for hit in finding.hits),
        knowledge_version=finding.version,
    )
    if finding.hits and finding.decision is Decision.ANSWER:
        return Response(replies=(entry_reply(finding.hits[0].entry),), outcome=Outcome.ANSWERED, evidence=evidence)
    if finding.hits and finding.decision is Decision.CLARIFY:
        choices = _choices(tuple(hit.entry for hit in finding.hits[:CHOICES]))
        return Response(replies=(choices,), outcome=Outcome.CLARIFIED, evidence=evidence)
    declined = Reply(text=UNKNOWN, spoken=UNKNOWN_SPOKEN, buttons=(TO_A_PERSON,))
    return Response(replies=(declined,), outcome=Outcome.DECLINED, evidence=evidence)


def nearest_response(finding: Finding, response: Response) -> Response:
    """Return a refusal that names what comes nearest; unchanged when nothing comes near."""
    near = tuple(hit.entry for hit in finding.hits[:CHOICES] if hit.score >= _NEAR)
    if not near or finding.hits[0].score < _LIKELY:
        return response
    choices = _choices(near)
    buttons = (*choices.buttons[:-1], TO_A_PERSON)
    return replace(response, replies=(replace(choices, text=UNSURE, robot=UNSURE, buttons=buttons),))


def entry_response(entry: Served, version: str, *, intent: str = "") -> Response:
    """Say the entry that was chosen by name."""
    evidence = Evidence(
        intent=intent,
        decision=Decision.ANSWER.value,
        candidates=(Candidate(entry=entry.id, score=1.0),),
        knowledge_version=version,
    )
    return Response(replies=(entry_reply(entry),), outcome=Outcome.ANSWERED, evidence=evidence)


def entry_reply(entry: Served) -> Reply:
    """Show one entry: its approved words, its card, its sources and where to go on."""
    return Reply(
        text=entry.screen,
        spoken=entry.spoken,
        robot=entry.robot,
        cards=(entry.card,) if entry.card else (),
        buttons=tuple(entry_button(id_, title) for id_, title in entry.follow_ups[:FOLLOW_UPS]),
        sources=entry.sources,
    )


def entry_button(entry_id: str, title: str) -> Button:
    """Offer an entry: tapping it asks for exactly this one."""
    return Button(label=title, payload="/choose_entry" + encode({"entry": entry_id}).decode())


def entry_named(payload: str) -> str:
    """Return the entry a button of `entry_button` asks for, or an empty string."""
    chosen = _CHOSEN.fullmatch(payload)
    return chosen["entry"] if chosen else ""


def _choices(entries: tuple[Served, ...]) -> Reply:
    spoken = ";".join(f"{number},{_spoken(entry.title)}" for number, entry in zip("一二三", entries, strict=False))
    which = WHICH if len(entries) > 1 else WHICH_ONE
    return Reply(
        text=which,
        spoken=f"{which}{spoken}。请说第几个,都不是就说都不是。",
        robot=which,
        buttons=(*(entry_button(entry.id, entry.title) for entry in entries), NONE_OF_THESE),
    )


def _spoken(title: str) -> str:
    return title.rstrip("?\uff1f")
