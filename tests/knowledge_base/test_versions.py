"""Versions are whole, swapped at once, followed by every worker, and relearned only when questions change."""

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import KnowledgeUnavailable
from bot.knowledge import Decision, Query
from bot.one_turn import one_turn
from knowledge_base.building import Builder
from knowledge_base.commands import main
from knowledge_base.desk import Desk, PublishRefused
from knowledge_base.edition import Edition, load_edition
from knowledge_base.figures import DatedParameters
from knowledge_base.problems import ContentRefused
from knowledge_base.rendering import Renderer
from knowledge_base.retriever import KnowledgeRetriever
from knowledge_base.shelf import Shelf
from knowledge_base.training import Recipe
from tests.knowledge_base.small import NOON, small_sources

pytestmark = pytest.mark.model
TODAY = date(2026, 11, 23)


class Bench:
    """One small base with its shelf, and a clock that moves a minute per look."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._minutes = folder, 0
        self.sources, self.shelf = folder / "kb", Shelf(folder / "versions")

    def now(self) -> datetime:
        self._minutes += 1
        return NOON + timedelta(minutes=self._minutes)

    def builder(self) -> Builder:
        return Builder(self.sources, self.shelf, self.now, recipe=Recipe(rounds=6, dimensions=32))

    def edition(self) -> Edition:
        return load_edition(self.shelf, self.shelf.current())

    def change(self, old: str, new: str, file: str = "faq/withdrawal/rent.yml") -> None:
        path = self.sources / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("built"))
    small_sources(bench.sources)
    bench.builder().build()
    return bench


@pytest.fixture
def bench(built: Bench, tmp_path: Path) -> Bench:
    """Return a copy of the built base, to be changed at will."""
    shutil.copytree(built.folder, tmp_path / "copy")
    return Bench(tmp_path / "copy")


def test_an_exact_wording_is_answered_with_its_entry(built: Bench) -> None:
    finding = built.edition().search(Query(text="租房提取额度", on=TODAY))

    assert finding.decision is Decision.ANSWER
    assert finding.hits[0].entry.id == "withdrawal-rent-limit"
    assert "16800" in finding.hits[0].entry.screen
    assert finding.version == built.shelf.current()


@pytest.mark.parametrize("text", ["5000", "123456", "[1,2]", "16800", "😀"])
def test_a_number_alone_asks_nothing(built: Bench, text: str) -> None:
    finding = built.edition().search(Query(text=text, on=TODAY))

    assert (finding.decision, finding.hits) == (Decision.DECLINE, ())


def test_the_day_asked_about_decides_the_number(built: Bench) -> None:
    finding = built.edition().search(Query(text="租房提取额度", on=date(2024, 3, 1)))

    assert "14400" in finding.hits[0].entry.screen


def test_on_a_day_an_entry_is_not_valid_its_related_entry_speaks_for_it(built: Bench) -> None:
    edition = built.edition()
    lapsed = replace(
        edition.entries["withdrawal-rent-limit"], valid_until=date(2026, 1, 1), related=("withdrawal-rent-invoice",)
    )
    renderer = Renderer({**edition.entries, lapsed.id: lapsed}, {}, {})
    edition = replace(edition, entries={**edition.entries, lapsed.id: lapsed}, renderer=renderer)

    finding = edition.search(Query(text="租房提取额度", on=TODAY))

    assert finding.decision is Decision.ANSWER
    assert finding.hits[0].entry.id == "withdrawal-rent-invoice"
    assert len({hit.entry.id for hit in finding.hits}) == len(finding.hits)


def test_when_nothing_stands_for_what_was_asked_about_nothing_else_is_offered(built: Bench) -> None:
    edition = built.edition()
    lapsed = replace(edition.entries["withdrawal-rent-limit"], valid_until=date(2026, 1, 1), related=())
    entries = {**edition.entries, lapsed.id: lapsed}
    edition = replace(edition, entries=entries, renderer=Renderer(entries, {}, {}))

    finding = edition.search(Query(text="租房提取额度", on=TODAY))

    assert finding.decision is Decision.DECLINE


def test_a_number_published_ahead_is_said_from_its_day_on(bench: Bench) -> None:
    bench.change("from: 2025-01-07, until: null", "from: 2025-01-07, until: 2026-12-31", "parameters.yml")
    added = '    - {value: "18000", from: 2027-01-01, until: null, facts: [C-21]}\n'
    path = bench.sources / "parameters.yml"
    path.write_text(path.read_text("utf-8") + added, encoding="utf-8")
    before = bench.shelf.manifest(bench.shelf.current())

    after = bench.builder().build()

    edition, numbers = bench.edition(), DatedParameters(bench.shelf.content(after.version).parameters)
    for day, number in ((date(2024, 3, 1), "14400"), (date(2026, 12, 31), "16800"), (date(2027, 1, 1), "18000")):
        assert number in edition.search(Query(text="租房提取额度", on=day)).hits[0].entry.screen
        assert numbers.value("rent_cap", day) == number
    assert after.learned == before.learned


def test_what_nobody_wrote_down_is_declined(built: Bench) -> None:
    finding = built.edition().search(Query(text="明天去青海湖坐几路车", on=TODAY))

    assert finding.decision is Decision.DECLINE


@pytest.mark.parametrize("text", ["", " ", "?", "😀" * 10, "租" * 3000, "\x00", "{rent_cap}", "'; drop table"])
def test_any_text_gets_a_decision(built: Bench, text: str) -> None:
    assert built.edition().search(Query(text=text, on=TODAY)).decision in Decision


def test_building_again_without_a_change_makes_no_new_version(bench: Bench) -> None:
    version = bench.shelf.current()

    assert not bench.builder().stale()
    assert bench.builder().build().version == version
    assert len(bench.shelf.versions()) == 1


def test_a_changed_answer_makes_a_version_and_learns_nothing(bench: Bench) -> None:
    before = bench.shelf.manifest(bench.shelf.current())
    bench.change("每户每年最多 {rent_cap} 元", "一户一年最多 {rent_cap} 元")

    after = bench.builder().build()

    assert after.version != before.version
    assert after.learned == before.learned
    assert "一户一年" in bench.edition().search(Query(text="租房提取额度", on=TODAY)).hits[0].entry.screen


def test_a_changed_question_is_learned(bench: Bench) -> None:
    before = bench.shelf.manifest(bench.shelf.current())
    bench.change("租房提取额度", "租房能取多少额度呀")

    assert bench.builder().stale()
    assert bench.builder().build().learned != before.learned


def test_broken_content_leaves_the_old_version_serving(bench: Bench) -> None:
    version = bench.shelf.current()
    bench.change("confidence: V2\n", "confidence: V7\n")

    with pytest.raises(ContentRefused):
        bench.builder().build()

    assert bench.shelf.current() == version


async def test_a_running_retriever_follows_the_pointer_and_drops_nothing(bench: Bench) -> None:
    retriever = KnowledgeRetriever(bench.shelf, poll_seconds=0.05)
    await retriever.start()
    first = retriever.version
    bench.change("每户每年最多 {rent_cap} 元", "一户一年最多 {rent_cap} 元")
    asking = asyncio.create_task(_ask(retriever, 120))

    second = (await asyncio.to_thread(bench.builder().build)).version
    findings = await asking
    await asyncio.sleep(0.5)
    await retriever.refresh()

    assert {finding[0] for finding in findings} <= {first, second}
    assert all(("一户一年" in screen) == (version == second) for version, screen in findings)
    assert retriever.version == second
    await retriever.close()


async def test_a_turn_keeps_the_version_it_began_with(bench: Bench) -> None:
    retriever = KnowledgeRetriever(bench.shelf, poll_seconds=60)
    await retriever.start()
    first = retriever.version

    with one_turn():
        before = await retriever.search(Query(text="租房提取额度", on=TODAY))
        bench.change("每户每年最多 {rent_cap} 元", "一户一年最多 {rent_cap} 元")
        second = (await asyncio.to_thread(bench.builder().build)).version
        await retriever.refresh()
        after = await retriever.search(Query(text="租房提取额度", on=TODAY))
        entry = await retriever.entry("withdrawal-rent-limit", TODAY)

    assert (before.version, after.version) == (first, first)
    assert entry is not None
    assert "每户每年" in entry.screen
    assert (await retriever.search(Query(text="租房提取额度", on=TODAY))).version == second
    await retriever.close()


async def test_a_version_that_cannot_be_loaded_leaves_the_old_one_answering(bench: Bench) -> None:
    retriever = KnowledgeRetriever(bench.shelf, poll_seconds=0.05)
    await retriever.start()
    first = retriever.version
    bench.change("每户每年最多", "一户一年最多")
    manifest = bench.builder().build(publish=False)
    (bench.shelf.home / manifest.version / "content.json").write_text("{", encoding="utf-8")
    bench.shelf.point(manifest.version, bench.now())

    await retriever.refresh()

    assert (await retriever.search(Query(text="租房提取额度", on=TODAY))).version == first
    await retriever.close()


async def test_without_any_version_the_retriever_says_so(tmp_path: Path) -> None:
    retriever = KnowledgeRetriever(Shelf(tmp_path))

    with pytest.raises(KnowledgeUnavailable):
        await retriever.search(Query(text="租房提取额度", on=TODAY))
    with pytest.raises(KnowledgeUnavailable):
        await retriever.start()


def test_an_encoder_that_cannot_be_loaded_is_named_and_changes_nothing(bench: Bench) -> None:
    version = bench.shelf.current()
    missing = Builder(bench.sources, bench.shelf, bench.now, encoder=str(bench.sources / "no-such-model"))

    with pytest.raises(KnowledgeUnavailable, match="no-such-model"):
        missing.build()

    assert bench.shelf.current() == version


def test_rolling_back_and_asking_what_was_said_on_a_day(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    first = bench.shelf.current()
    bench.change("每户每年最多", "一户一年最多")
    second = bench.builder().build().version
    call = ["--home", str(bench.shelf.home), "--sources", str(bench.sources)]

    assert main([*call, "rollback"]) == 0
    assert bench.shelf.current() == first
    assert [change.version for change in bench.shelf.history()] == [first, second, first]

    capsys.readouterr()
    later = (datetime.now(UTC) + timedelta(days=365)).date()
    assert main([*call, "answered", "租房提取额度", "--on", later.isoformat()]) == 0
    assert "每户每年最多 16800 元" in capsys.readouterr().out
    assert main([*call, "answered", "租房提取额度", "--on", "2020-01-01"]) == 1


def test_publishing_needs_a_second_person(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(bench.sources, bench.shelf.home, bench.now)
    call = ["--home", str(bench.shelf.home), "--sources", str(bench.sources)]
    version = bench.shelf.current()

    assert main([*call, "edit", "withdrawal-rent-limit", "--by", "小李", "answer.spoken=每年最多{rent_cap}元。"]) == 0
    assert desk.unreviewed(bench.shelf.content(version).entries) == ("withdrawal-rent-limit",)
    assert main([*call, "publish", "--by", "小李"]) == 1
    with pytest.raises(PublishRefused):
        desk.approve("withdrawal-rent-limit", "小李")
    assert bench.shelf.current() == version

    assert main([*call, "review", "withdrawal-rent-limit", "--by", "老王"]) == 0
    assert desk.unreviewed(bench.shelf.content(version).entries) == ()


def test_a_retired_entry_is_no_longer_found(bench: Bench) -> None:
    Desk(bench.sources, bench.shelf.home, bench.now).retire("withdrawal-rent-invoice", "小李")

    bench.builder().build()

    assert "withdrawal-rent-invoice" not in {a.id for a in bench.edition().finder.seeker.asked}
    assert bench.edition().serve("withdrawal-rent-invoice", TODAY) is None


def test_lines_in_give_lines_out_and_a_bad_line_harms_no_other(
    built: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = '{"text": "租房提取额度", "on": "2024-01-01"}'
    good = ["\ufeff租房提取额度", '"租房提取额度"', dated, '"租房提取"额度']
    bad = ['{"on": 5}', "{oops", '{"text":"x","on":"no"}', '{"text":"x","on":20260101}', '{"text":"x","entry":["y"]}']
    lines = b"\n".join([*(line.encode() for line in (*good, "", *bad)), b"\xff\xfe", "租房提取额度".encode()])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))

    assert main(["--home", str(built.shelf.home), "--sources", str(built.sources), "ask", "--jsonl"]) == 0

    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["error" in row for row in out] == [False] * 4 + [True] * 7 + [False]
    assert out[4] == {"error": "cannot read the line: it is empty"}  # as many lines out as in
    assert [row.get("decision") for row in out[:3]] == ["answer"] * 3
    assert out[0]["entries"][0]["catalogue"] == ["T123"]


@pytest.mark.parametrize(("words", "told"), [(["ask"], "ask what?"), (["ask", "--jsonl"], "it is closed")])
def test_asking_nothing_is_told(
    built: Bench,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    told: str,
) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert main(["--home", str(built.shelf.home), "--sources", str(built.sources), *words]) == 1

    assert told in capsys.readouterr().err


def test_what_is_declined_is_explained_without_an_answer(built: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(built.shelf.home), "--sources", str(built.sources), "ask", "明天下雨吗"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("decline")
    assert "每户每年最多 16800 元" not in told


def test_a_reader_that_has_seen_enough_ends_it_quietly(built: Bench) -> None:
    call = [sys.executable, "-m", "knowledge_base", "--home", str(built.shelf.home), "versions"]
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(call, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120, check=False)

    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


async def _ask(retriever: KnowledgeRetriever, times: int) -> list[tuple[str, str]]:
    found = []
    for _ in range(times):
        finding = await retriever.search(Query(text="租房提取额度", on=TODAY))
        found.append((finding.version, finding.hits[0].entry.screen))
        await asyncio.sleep(0.01)
    return found
