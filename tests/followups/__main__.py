"""`python -m tests.followups`: how often what people ask next is answered of the right matter, read and unread.

`--wrong` lists what went wrong of the part that may be read; the unread part is only counted.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from actions.places import read_places
from actions.policy import PolicyAnswers
from bot.assembly.figures import shelf_of
from bot.settings import load
from knowledge_base.edition import load_edition
from knowledge_base.retriever import KnowledgeRetriever
from tests.followups.grid import MISSED, OFFERED, RIGHT, WRONG, Judged, follows, judge
from tests.followups.learn import learn
from tests.followups.sift import learn_sift
from tests.followups.talks import report, talked

VERDICTS = (RIGHT, OFFERED, MISSED, WRONG)
PARTS = ((True, True), (True, False), (False, True), (False, False))


async def measured() -> list[Judged]:
    """Ask every follow-up of the current version."""
    retriever = KnowledgeRetriever(shelf_of(load()))
    await retriever.start()
    try:
        answers, today = PolicyAnswers(retriever, read_places()), datetime.now(UTC).astimezone().date()
        return [await judge(answers, follow, today) for follow in follows()]
    finally:
        await retriever.close()


def table(judged: Iterable[Judged]) -> str:
    """Return shares of every verdict by business and wording, read and unread."""
    lines = [f"{'business':10}{'wording':10}{'asked':>7}" + "".join(f"{name:>9}" for name in VERDICTS)]
    every = list(judged)
    for business, wording in PARTS:
        mine = [one for one in every if (one.follow.business_read, one.follow.wording_read) == (business, wording)]
        counts = Counter(one.verdict for one in mine)
        shares = "".join(f"{counts[name] / len(mine):9.1%}" for name in VERDICTS)
        lines.append(f"{_part(business):10}{_part(wording):10}{len(mine):7}{shares}")
    return "\n".join(lines)


def _part(read: bool) -> str:
    return "read" if read else "unread"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.followups", description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what went wrong of the read part")
    parser.add_argument("--talks", action="store_true", help="hold whole conversations with the product instead")
    parser.add_argument("--learn", action="store_true", help="learn actions/leaning.json and sifting.json anew instead")
    parser.add_argument("--sift", action="store_true", help="learn only actions/sifting.json anew instead")
    options = parser.parse_args()
    if options.learn or options.sift:
        shelf, today = shelf_of(load()), datetime.now(UTC).astimezone().date()
        edition = load_edition(shelf, shelf.current())
        if options.learn:
            print(f"{learn(edition, today)} rows")
        print(f"{learn_sift(edition, today)} turns")  # what the choice says is what the sift learns
        return
    if options.talks:
        print(report(talked()))
        return
    judged = asyncio.run(measured())
    print(table(judged))
    for one in judged if options.wrong else ():
        follow = one.follow
        if one.verdict != RIGHT and follow.business_read and follow.wording_read:
            print(
                f"{one.verdict:8}{follow.business} → {follow.words} [{follow.aspect}] {one.outcome} {one.entries[:2]}"
            )


if __name__ == "__main__":
    main()
