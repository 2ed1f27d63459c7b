"""Entries go out to sheets and files and come back the same, whatever they hold."""

import string
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from bot.messages import Card, Row
from knowledge_base.content import load_content
from knowledge_base.entries import CONFIDENCES, Entry, State, Wording
from knowledge_base.lists import read_list, write_list
from knowledge_base.problems import ContentRefused
from knowledge_base.sheets import COLUMNS, read_sheet, write_sheet
from tests.knowledge_base.small import small_sources

LETTERS = "公积金提取贷款租房=+-@\"'#:[]{}|>&*!%,_x0041 \t。?" + string.ascii_letters + string.digits
words = st.text(LETTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
texts = st.lists(words, min_size=1, max_size=3).map("\n".join)
lists = st.lists(words, max_size=4).map(tuple)
days = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
rows = st.lists(st.builds(Row, label=words, value=words), max_size=3).map(tuple)
cards = st.one_of(st.none(), st.builds(Card, title=words, rows=rows, kind=st.sampled_from(["facts", "table"])))
entries = st.builds(
    Entry,
    id=st.from_regex(r"loan-[a-z0-9]{1,8}", fullmatch=True),
    topic=st.just("loan"),
    subtopic=st.just("limits"),
    title=words,
    answer=st.builds(Wording, screen=texts, spoken=words, robot=st.one_of(st.just(""), words)),
    catalogue=lists,
    similar=lists,
    not_questions=lists,
    aliases=lists,
    card=cards,
    follow_ups=lists,
    related=lists,
    slots=lists,
    facts=lists,
    confidence=st.sampled_from(CONFIDENCES),
    as_of=st.sampled_from(["2026-09", "2026", "2026-09-20"]),
    valid_from=st.none(),
    valid_until=days,
    review_due=days,
    owner=st.one_of(st.just(""), words),
    state=st.sampled_from(State),
)
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@SLOW
@given(st.lists(entries, max_size=3))
def test_a_sheet_gives_back_what_it_was_given(tmp_path: Path, given_entries: list[Entry]) -> None:
    path = tmp_path / "all.xlsx"

    write_sheet(given_entries, path)

    assert list(read_sheet(path).values()) == given_entries


@SLOW
@given(st.lists(entries, max_size=3))
def test_a_yaml_list_gives_back_what_it_was_given(tmp_path: Path, given_entries: list[Entry]) -> None:
    path = tmp_path / "all.yml"

    write_list(given_entries, path)

    assert list(read_list(path).values()) == given_entries


def test_bad_rows_are_all_named_with_row_and_column(tmp_path: Path) -> None:
    content = load_content(small_sources(tmp_path / "kb"))
    path = tmp_path / "all.xlsx"
    write_sheet(content.entries, path)

    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(2, COLUMNS.index("review_due") + 1).value = "soon"
    sheet.cell(3, COLUMNS.index("confidence") + 1).value = "V9"
    sheet.cell(4, COLUMNS.index("card") + 1).value = "{"
    book.save(path)

    with pytest.raises(ContentRefused) as refused:
        read_sheet(path)

    told = [str(problem) for problem in refused.value.problems]
    assert len(told) == 3
    assert all(f"row {number}" in line for number, line in zip((2, 3, 4), told, strict=True))


@pytest.mark.parametrize("content", [b"", b"not a sheet", b"PK\x03\x04broken"])
def test_a_file_that_is_no_sheet_is_refused_plainly(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)

    with pytest.raises(ContentRefused, match="not an xlsx file"):
        read_sheet(path)


def _spoilt(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Write the small base's entries to a sheet and change one file inside it."""
    write_sheet(load_content(small_sources(path / "kb")).entries, path / "good.xlsx")
    with ZipFile(path / "good.xlsx") as good, ZipFile(path / "x.xlsx", "w", ZIP_DEFLATED) as bad:
        for name in good.namelist():
            bad.writestr(name, change(good.read(name)) if name.endswith(part) else good.read(name))
    return path / "x.xlsx"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("sheet1.xml", lambda data: data[: len(data) // 2]),
        ("workbook.xml", lambda data: b"<x/>"),
        ("styles.xml", lambda data: data.replace(b'numFmtId="0"', b'numFmtId="zz"')),
    ],
)
def test_a_sheet_broken_inside_is_refused_plainly(tmp_path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ContentRefused, match="not an xlsx file"):
        read_sheet(_spoilt(tmp_path, part, change))


def test_a_sheet_with_changed_bytes_is_refused_plainly(tmp_path: Path) -> None:
    path = _spoilt(tmp_path, "none", bytes)
    good = path.read_bytes()
    for at in range(60, len(good), len(good) // 40):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        with suppress(ContentRefused):  # a byte that tells nothing of the content may be read over
            read_sheet(path)


def edited(path: Path, change: Callable[[Worksheet], None]) -> Path:
    """Write the small base's entries to a sheet and change it as somebody with a spreadsheet would."""
    write_sheet(load_content(small_sources(path.parent / "kb")).entries, path)
    book = load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return path


def cell(sheet: Worksheet, row: int, column: str) -> Cell | MergedCell:
    return sheet.cell(row, COLUMNS.index(column) + 1)


def _formula(sheet: Worksheet) -> None:
    cell(sheet, 2, "similar").value = '="租房"&"能取多少"'


def _broken(sheet: Worksheet) -> None:
    cell(sheet, 2, "owner").value = "#REF!"
    cell(sheet, 2, "owner").data_type = "e"


def _deep(sheet: Worksheet) -> None:
    cell(sheet, 2, "card").value = "[" * 20_000


def _merged(sheet: Worksheet) -> None:
    sheet.merge_cells("A2:A3")


def _date(sheet: Worksheet) -> None:
    cell(sheet, 2, "review_due").value = "2026-09-20 之后"


def _full_width(sheet: Worksheet) -> None:
    cell(sheet, 2, "id").value = "contribution\uff0dfine"


def _column_twice(sheet: Worksheet) -> None:
    cell(sheet, 1, "not_questions").value = "similar"


def _beyond(sheet: Worksheet) -> None:
    sheet.cell(2, len(COLUMNS) + 1).value = "这里要改"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_formula, "similar: the formula .* saved without its result"),
        (_broken, "owner: the cell shows #REF!"),
        (_deep, "card is no JSON"),
        (_merged, "cells are merged.*A2:A3"),
        (_date, "review_due is no date like 2026-09-20"),
        (_full_width, "must be kebab-case"),
        (_column_twice, "columns that stand twice: similar"),
        (_beyond, "beyond the last column"),
    ],
)
def test_what_a_sheet_cannot_say_plainly_is_refused_and_not_lost(
    tmp_path: Path, change: Callable[[Worksheet], None], told: str
) -> None:
    with pytest.raises(ContentRefused, match=told):
        read_sheet(edited(tmp_path / "all.xlsx", change))


def test_dates_as_dates_blank_rows_and_moved_columns_are_read(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        cell(sheet, 2, "valid_until").value = datetime(2027, 1, 31)
        cell(sheet, 2, "as_of").value = date(2026, 9, 20)
        sheet.insert_rows(3)
        sheet.move_range("D1:D9", cols=len(COLUMNS) - 3)  # the titles become the last column, D stays empty
        sheet.delete_cols(4)

    found = list(read_sheet(edited(tmp_path / "all.xlsx", change)).values())

    assert [entry.title for entry in found] == [e.title for e in load_content(tmp_path / "kb").entries]
    assert (found[0].valid_until, found[0].as_of) == (date(2027, 1, 31), "2026-09-20")


def test_a_column_the_sheet_does_not_have_changes_nothing(tmp_path: Path) -> None:
    known = load_content(small_sources(tmp_path / "kb")).entries

    def change(sheet: Worksheet) -> None:
        cell(sheet, 2, "owner").value = "老王"
        for name in ("facts", "not_questions", "related"):
            sheet.delete_cols([str(head.value) for head in sheet[1]].index(name) + 1)

    path = edited(tmp_path / "all.xlsx", change)

    assert tuple(read_sheet(path, known).values()) == (replace(known[0], owner="老王"), *known[1:])
