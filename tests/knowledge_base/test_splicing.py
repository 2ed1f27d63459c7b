"""A file of entries keeps its own letters where nothing changed, and always holds what it was given."""

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.content import load_content
from knowledge_base.entries import Entry, State
from knowledge_base.plain import from_plain, to_plain, to_yaml
from knowledge_base.splicing import spliced
from tests.knowledge_base.small import FOLDER
from tests.knowledge_base.test_exchange import SLOW, entries

FILES = sorted((FOLDER / "faq").rglob("*.yml"))
WRITTEN = """\
# curated by hand
- id: loan-a   # the first
  title: "贷款最多贷多少?"
  similar: [一, 二]
  not_questions:
    - "三"
    # a word on the next
    - 四
  answer: {screen: 九十万。, spoken: 九十万}
  valid_until: null
  facts: [A-1]
  as_of: 2026-09
  confidence: V2

# the second
- id: loan-b
  title: 还多少?
  answer:
    screen: 看合同。
    spoken: 看合同
  facts: [A-1]
  as_of: 2026-09
  confidence: V2"""


def held(text: str) -> dict[str, Entry]:
    rows = yaml.safe_load(text) or []
    read = (from_plain(row, place="test", topic="loan", subtopic="limits") for row in rows)
    return {entry.id: entry for entry in read}


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[:1] in "+-"]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_what_is_unchanged_is_written_letter_by_letter(file: Path) -> None:
    here = {
        one.id: one for one in load_content(FOLDER).entries if f"{one.topic}/{one.subtopic or one.topic}" in str(file)
    }
    text = file.read_text("utf-8")
    mine = {name: here[name] for name in (row["id"] for row in yaml.safe_load(text))}

    assert spliced(text, list(mine.values()), mine) == text


def test_a_small_change_is_a_small_difference() -> None:
    known = held(WRITTEN)
    entry = replace(known["loan-a"], title="最多贷几个?", not_questions=("三", "五", "四"), state=State.RETIRED)

    after = spliced(WRITTEN, [entry, known["loan-b"]], known)

    assert changed(WRITTEN, after) == [
        '-   title: "贷款最多贷多少?"',
        "+   title: 最多贷几个?",
        "+     - 五",
        "+   state: retired",
    ]
    assert held(after) == {**known, "loan-a": entry}


def test_an_entry_added_or_taken_away_leaves_the_others() -> None:
    known = held(WRITTEN)
    new = replace(known["loan-b"], id="loan-c")

    assert changed(WRITTEN, spliced(WRITTEN, [*known.values(), new], known))[0] == "+ - id: loan-c"
    assert held(spliced(WRITTEN, [known["loan-b"]], known)) == {"loan-b": known["loan-b"]}
    assert spliced("", [new], {}) == to_yaml([to_plain(new)])


@SLOW
@given(
    st.lists(entries, max_size=3, unique_by=lambda one: one.id),
    st.lists(entries, max_size=3, unique_by=lambda one: one.id),
)
def test_whatever_becomes_of_a_file_it_holds_what_it_was_given(before: list[Entry], after: list[Entry]) -> None:
    text = to_yaml([to_plain(entry) for entry in before])
    mixed = [replace(new, id=old.id) for old, new in zip(before, after, strict=False)] + before[len(after) :]

    found = spliced(text, mixed, {entry.id: entry for entry in before})

    assert held(found) == {entry.id: entry for entry in mixed}
