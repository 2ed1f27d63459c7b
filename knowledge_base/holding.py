"""Why a start of the service does not take up the files: somebody has still to look at them, or went back from them."""

from dataclasses import dataclass

from bot.errors import KnowledgeUnavailable
from knowledge_base.building import Builder
from knowledge_base.desk import Desk
from knowledge_base.edition import load_edition
from knowledge_base.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The version that goes on being served, and the entries nobody reviewed; none: somebody went back to it."""

    version: str
    unreviewed: tuple[str, ...] = ()


def held(shelf: Shelf, desk: Desk, builder: Builder) -> Held | None:
    """Return what keeps changed files from being served, None where they may be.

    Files that were changed by other means than the desk (a pull of the repository) were reviewed there.
    A version that newer code cannot load is no reason to wait.
    """
    current = shelf.current()
    if not current:
        return None
    unreviewed = desk.waiting(shelf.content(current).entries)
    last = shelf.history()[-1:]
    if not unreviewed and not (last and last[0].back and builder.standing()):
        return None
    try:
        load_edition(shelf, current)
    except KnowledgeUnavailable:
        return None
    return Held(version=current, unreviewed=unreviewed)
