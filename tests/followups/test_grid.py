"""The grid of follow-ups speaks of entries that exist, and learning never sees its unread half."""

from actions.aspects import read_aspects
from bot.settings import Settings
from knowledge_base.content import load_content
from tests.followups.grid import follows

UNKNOWN = "?"


def test_every_entry_of_the_grid_exists_and_every_business_is_there() -> None:
    known = {entry.id for entry in load_content(Settings().knowledge.directory).entries}
    every = list(follows())

    assert {one for row in every for one in (row.entry, *row.fitting)} - known <= {UNKNOWN}
    assert len({row.business for row in every}) >= 45
    assert len(every) >= 2_000


def test_every_aspect_of_the_grid_is_known_to_the_reader() -> None:
    assert {row.aspect for row in follows()} <= set(read_aspects().every)


def test_a_business_or_a_wording_is_read_or_unread_but_never_both() -> None:
    every = list(follows())
    read = {row.business for row in every if row.business_read}, {row.words for row in every if row.wording_read}
    unread = (
        {row.business for row in every if not row.business_read},
        {row.words for row in every if not row.wording_read},
    )

    assert all(one and other and not one & other for one, other in zip(read, unread, strict=True))


def test_no_unread_wording_is_among_those_the_reader_learned_from() -> None:
    ways = {way for aspect in read_aspects().every.values() for way in aspect.ways}

    assert not {row.words for row in follows() if not row.wording_read} & ways
