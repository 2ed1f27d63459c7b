"""Settles what a completed question found: nearer what was offered, within the business, and said to be the same."""

from dataclasses import replace

from actions.call import Call
from actions.followup import Completed
from actions.found import Found, Talk
from actions.themes import names_other, theme_of
from bot.knowledge import Decision, Finding
from bot.policy_reply import entry_named

LIKELY, NEARLY, ALIKE = 0.45, 0.5, 0.8
_OFFERED = 0.6
SAME_AGAIN = "适用的还是刚才这一条:"
NO_OTHER = "“{condition}”有没有另外的规定,家家没有查到,拿不准可以打 12329。先按刚才这一条看:"
UNDERSTOOD = "家家理解您问的是“{title}”:"


def expected(finding: Finding, call: Call, talk: Talk, *, least: float = 1) -> Finding:
    """Answer with what was offered below the last answer, or lies near it, when a follow-up comes close enough."""
    if finding.decision is Decision.ANSWER or not finding.hits:
        return finding
    best = finding.hits[0]
    offered = {entry_named(button.payload) for reply in call.last for button in reply.buttons}
    near = _OFFERED if best.entry.id in offered else ALIKE if best.entry.topic == talk.topic else 1
    least = min(near, least)
    return replace(finding, decision=Decision.ANSWER) if best.score >= least else finding


def repeats(finding: Finding, talk: Talk) -> bool:
    """Say whether what was found is the entry just told."""
    return finding.decision is Decision.ANSWER and finding.hits[0].entry.id == talk.entry


def within(finding: Finding, follow: Completed, talk: Talk) -> Finding:
    """Keep an unsure finding within the business talked about, and do not end the talk over words too few."""
    theme = theme_of(follow.question)
    if finding.decision is Decision.ANSWER or theme is None:
        return finding
    hits = tuple(hit for hit in finding.hits if not names_other(hit.entry.title, theme)) or finding.hits
    if finding.decision is Decision.DECLINE and hits and hits[0].entry.topic == talk.topic:
        sure = hits[0].score >= NEARLY
        return replace(finding, hits=hits, decision=Decision.ANSWER if sure else Decision.CLARIFY)
    return replace(finding, hits=hits)


def again(finding: Finding, follow: Completed) -> str:
    """Say that the rule is the one just told, and when the case named is not in it."""
    return SAME_AGAIN if covers(finding, follow) else NO_OTHER.format(condition=follow.condition)


def covers(finding: Finding, follow: Completed) -> bool:
    """Say whether the entry found speaks of the case that was put."""
    told = finding.hits[0].entry
    return set(follow.condition) <= set(f"{told.title}{told.screen}")


def only_one(found: Found, talk: Talk) -> Found:
    """Answer with what would be the only choice, and say how the question was understood."""
    finding = found.finding
    if finding.decision is not Decision.CLARIFY or len(finding.hits) != 1:
        return found
    same = finding.hits[0].entry.id == talk.entry
    if finding.hits[0].score < LIKELY and not same:
        return found
    opening = SAME_AGAIN if same else UNDERSTOOD.format(title=finding.hits[0].entry.title)
    return replace(found, finding=replace(finding, decision=Decision.ANSWER), opening=found.opening or opening)
