"""Broken content is refused with every fault at once, each with its file and row."""

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.checking import check
from knowledge_base.content import load_content, read_content
from knowledge_base.problems import ContentRefused
from knowledge_base.wording import read_like
from tests.knowledge_base.small import small_sources


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return small_sources(tmp_path / "kb")


def faults(sources: Path) -> list[str]:
    return [str(problem) for problem in read_content(sources)[1]]


def test_good_content_loads_whole(sources: Path) -> None:
    content = load_content(sources)

    assert [entry.id for entry in content.entries] == [
        "contribution-unregistered-fine",
        "withdrawal-rent-limit",
        "withdrawal-rent-invoice",
    ]
    assert content.entries[1].subtopic == "rent"


def test_every_fault_is_told_at_once_with_file_line_and_entry(sources: Path) -> None:
    (sources / "faq" / "withdrawal" / "rent.yml").write_text(
        "- id: withdrawal-rent-limit\n  title: 5\n  colour: red\n  similar: 一个\n  confidence: V9\n"
        "  answer: {screen: '最多 {nothing} 元', spoken: 好, robot: ''}\n  facts: [Z-9]\n  follow_ups: [nowhere]\n"
        "  review_due: soon\n",
        encoding="utf-8",
    )

    told = faults(sources)

    where = "faq/withdrawal/rent.yml:1: withdrawal-rent-limit: "
    assert {line.removeprefix(where) for line in told if line.startswith(where)} == {
        "title must be text (quote it), is a number",
        "unknown key 'colour'",
        "similar must be a list of texts",
        "confidence is 'V9', must be one of U, V2, G, V2+, V1",
        "review_due must be a date like 2026-09-20, is 'soon'",
        "unknown fact 'Z-9'",
        "unknown entry 'nowhere'",
        "unknown parameter 'nothing'",
    }


def test_broken_yaml_names_its_line_and_hides_no_other_fault(sources: Path) -> None:
    (sources / "faq" / "withdrawal" / "rent.yml").write_text("- id: [unclosed\n- x: {", encoding="utf-8")
    (sources / "faq" / "contribution" / "fine.yml").write_text("- id: contribution-x\n", encoding="utf-8")

    told = faults(sources)

    assert any(line.startswith("faq/withdrawal/rent.yml:") and "is not YAML" in line for line in told)
    assert any("contribution-x: title is missing" in line for line in told)


def test_a_key_standing_twice_is_told(sources: Path) -> None:
    path = sources / "faq" / "contribution" / "fine.yml"
    path.write_text(path.read_text("utf-8") + "  owner: a\n  owner: b\n", encoding="utf-8")

    assert any("key 'owner' stands twice" in line for line in faults(sources))


def test_an_id_must_start_with_its_folder(sources: Path) -> None:
    path = sources / "faq" / "contribution" / "fine.yml"
    path.write_text(path.read_text("utf-8").replace("id: contribution-", "id: loan-"), encoding="utf-8")

    assert any("must be kebab-case and start with contribution-" in line for line in faults(sources))


def test_a_dated_answer_without_its_date_is_refused(sources: Path) -> None:
    path = sources / "faq" / "withdrawal" / "rent.yml"
    path.write_text(path.read_text("utf-8").replace("  as_of: 2026-09\n", ""), encoding="utf-8")

    with pytest.raises(ContentRefused, match="as_of is missing"):
        load_content(sources)


def test_overlapping_periods_of_a_parameter_are_refused(sources: Path) -> None:
    path = sources / "parameters.yml"
    path.write_text(path.read_text("utf-8").replace("2025-01-06", "2025-02-06"), encoding="utf-8")

    assert any("overlap" in line for line in faults(sources))


def test_a_number_that_ends_soon_without_another_is_told(sources: Path) -> None:
    path = sources / "parameters.yml"
    path.write_text(path.read_text("utf-8").replace("until: null", "until: 2026-12-31"), encoding="utf-8")
    content, reading = load_content(sources), read_like(sources)

    def told(today: date) -> list[str]:
        return [str(remark) for remark in check(content, reading, today) if "parameter" in str(remark)]

    assert not told(date(2026, 11, 1))
    assert ["withdrawal-rent-limit" in line and "2026-12-31" not in line for line in told(date(2026, 12, 20))] == [True]


@pytest.mark.parametrize("text", ["just a sentence", "a: 1", "- 5", "- [1, 2]"])
def test_whatever_stands_in_a_file_is_told_not_raised(sources: Path, text: str) -> None:
    (sources / "facts.yml").write_text(text, encoding="utf-8")

    assert faults(sources)


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-09-32"])
def test_a_month_that_no_calendar_has_is_told(sources: Path, month: str) -> None:
    path = sources / "faq" / "contribution" / "fine.yml"
    path.write_text(path.read_text("utf-8") + f"  as_of: '{month}'\n", encoding="utf-8")

    assert any(f"as_of must be a year, month or day like 2026-09, is '{month}'" in line for line in faults(sources))


def test_what_is_nested_without_end_is_told_with_its_row(sources: Path) -> None:
    path = sources / "faq" / "contribution" / "fine.yml"
    path.write_text(path.read_text("utf-8") + f"- {'[' * 3000}{']' * 3000}\n", encoding="utf-8")

    assert any(line.endswith("row 2: is nested too deeply") for line in faults(sources))
