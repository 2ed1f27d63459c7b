"""A document is recognised by its number, however people write it."""

from pathlib import Path

import pytest

from knowledge_base.content import load_content
from knowledge_base.documents import asked_about, cited, numbers, without_numbers
from tests.knowledge_base.small import small_sources


@pytest.mark.parametrize(
    "written", ["建金〔2018〕45号", "建金[2018]45号", "建金(2018)45 号", "建金【2018】第45号", "建金2018年45号"]
)
def test_one_number_has_one_form(written: str) -> None:
    assert numbers(f"请问{written}文件怎么说") == ["建金2018-45"]


@pytest.mark.parametrize("written", ["国务院令第844号", "国令第 844 号", "令第844号"])
def test_decrees_are_known_by_their_number(written: str) -> None:
    assert numbers(written) == ["令-844"]


def test_a_sentence_without_a_number_names_no_document() -> None:
    assert numbers("我家住3号楼,2018年买的房") == []


def test_a_named_document_leads_to_what_rests_on_it(tmp_path: Path) -> None:
    documents = cited(load_content(small_sources(tmp_path / "kb")))

    assert asked_about("国务院令第844号", documents) == ("contribution-unregistered-fine",)
    assert asked_about("建金〔2018〕45号", documents) == ()


def test_what_stands_beside_the_number_is_kept() -> None:
    assert without_numbers("建金〔2018〕45号 缓缴").strip() == "缓缴"
