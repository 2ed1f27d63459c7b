"""The curated content keeps its rules; each failure names the rows to mend."""

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import knowledge_base
from knowledge_base.content import load_content, references
from knowledge_base.entries import CONFIDENCES, Content, Entry, Fact, State
from knowledge_base.exam import Exam, table
from knowledge_base.labelled import BLIND, FOREIGN, labelled_questions
from knowledge_base.rendering import renderer_of
from knowledge_base.tracing import untraced
from knowledge_base.wording import read_like
from tests.practice import unhedged

FOLDER = Path(knowledge_base.__file__).parent
TODAY = date(2026, 11, 23)


@cache
def content() -> Content:
    return load_content(FOLDER)


def facts() -> dict[str, Fact]:
    return {fact.id: fact for fact in content().facts}


def published() -> list[Entry]:
    return [entry for entry in content().entries if entry.state is State.PUBLISHED]


def test_every_row_of_the_catalogue_is_covered() -> None:
    """By one entry, or two where the second says the row's answer as a part of its own."""
    rows = [line.split("\t")[0] for line in (FOLDER / "catalogue.tsv").read_text("utf-8").splitlines()[1:]]
    covered = Counter(row for entry in published() for row in entry.catalogue)

    assert [row for row in rows if not covered[row]] == []
    assert [row for row in rows if covered[row] > 1] == ["T201"]  # whether the rate has changed says the rate
    assert sorted(set(covered) - set(rows)) == []
    assert len(rows) == 264


def test_every_entry_has_at_least_eight_similar_questions() -> None:
    assert [(entry.id, len(entry.similar)) for entry in published() if len(set(entry.similar)) < 8] == []


def test_no_question_stands_under_two_entries() -> None:
    reading = read_like(FOLDER)
    owners: dict[str, set[str]] = {}
    for entry in published():
        for question in entry.questions():
            owners.setdefault(reading.strict(question), set()).add(entry.id)

    assert {question: sorted(ids) for question, ids in owners.items() if len(ids) > 1} == {}


def test_no_entry_bars_a_question_it_answers_itself() -> None:
    strict = read_like(FOLDER).strict
    own = {entry.id: {strict(question) for question in entry.questions()} for entry in published()}

    assert [(e.id, q) for e in published() for q in e.not_questions if strict(q) in own[e.id]] == []


def test_every_figure_stands_in_a_cited_fact_or_is_a_parameter() -> None:
    assert {entry.id: untraced(entry, facts()) for entry in published() if untraced(entry, facts())} == {}


def test_an_answer_is_trusted_no_further_than_its_weakest_fact() -> None:
    weaker = [
        (entry.id, entry.confidence, name, facts()[name].confidence)
        for entry in published()
        for name in entry.facts
        if CONFIDENCES.index(facts()[name].confidence) < CONFIDENCES.index(entry.confidence)
    ]

    assert weaker == []


def test_what_is_not_confirmed_is_said_to_be_so() -> None:
    unsure = [entry for entry in published() if entry.confidence == "U"]
    honest = ("没有查到", "没查到", "未查到", "查不到", "未核实", "没有核实", "没核实", "不确定", "以中心", "未公布")
    honest += ("没有公布", "没有确认", "不能确认", "不敢", "肯定的答复")

    assert [entry.id for entry in unsure if not any(word in entry.answer.screen for word in honest)] == []
    assert [entry.id for entry in unsure if "12329" not in entry.answer.screen + entry.answer.spoken] == []


def test_every_policy_answer_names_a_source_with_its_date() -> None:
    renderer = renderer_of(content())
    silent = [e.id for e in published() if e.confidence != "U" and e.topic != "smalltalk" and not renderer.sources(e)]

    assert silent == []


def test_every_answer_can_be_rendered_today_and_is_short_enough_to_hear() -> None:
    renderer = renderer_of(content())
    served = {entry.id: renderer.serve(entry, TODAY) for entry in published()}

    lapsed = {entry.id for entry in published() if entry.valid_until and entry.valid_until < TODAY}
    assert {name for name, found in served.items() if found is None} == lapsed  # those still say what held then
    assert [(name, len(s.spoken)) for name, s in served.items() if s is not None and len(s.spoken) > 120] == []
    address = re.compile(r"https?|www|[a-z]{3,}\.(?:com|cn)|w点|点 ?com|xnzfgjj", re.IGNORECASE)
    assert [name for name, s in served.items() if s is not None and address.search(s.spoken)] == []
    assert [name for name, s in served.items() if s is not None and "{" in s.screen + s.spoken] == []


def test_every_dated_parameter_has_a_value_today_and_is_used_or_calculated_with() -> None:
    valueless = [parameter.id for parameter in content().parameters if parameter.on(TODAY) is None]

    assert valueless == []


def test_every_probe_names_an_entry_and_repeats_none_of_its_questions() -> None:
    strict = read_like(FOLDER).strict
    known = {strict(question): entry.id for entry in published() for question in entry.questions()}
    ids = {entry.id for entry in published()}
    rows = [
        line.split("\t")
        for path in sorted((FOLDER / "evaluation" / "probes").glob("*.tsv"))
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("entry\t")
    ]

    assert [row for row in rows if len(row) != 2 or row[0] not in ids] == []
    assert [row for row in rows if strict(row[1]) in known] == []


@pytest.mark.parametrize("topic", ["loan", "withdrawal", "contribution", "account", "repayment"])
def test_every_great_topic_quotes_parameters_instead_of_numbers(topic: str) -> None:
    quoting = [entry for entry in published() if entry.topic == topic and references(entry)]

    assert quoting or topic == "account"


def resting_on_practice() -> list[Entry]:
    """What the reference directory (D3) lists is common practice, not the centre's rule."""
    return [e for e in published() if any(re.match(r"D3-[JTD]\d\d$", name) for name in e.facts)]


def test_common_practice_is_said_to_be_that_on_the_screen_aloud_and_on_the_card() -> None:
    ruled = [(entry.id, "screen") for entry in resting_on_practice() if unhedged(entry.answer.screen)]
    ruled += [(entry.id, "spoken") for entry in resting_on_practice() if unhedged(entry.answer.spoken)]
    for entry in resting_on_practice():
        rows = entry.card.rows if entry.card else ()
        title = entry.card.title if entry.card else ""
        ruled += [(entry.id, row.label) for row in rows if unhedged(f"{title} {row.label} {row.value}")]

    assert ruled == []


def test_an_answer_says_aloud_and_on_the_card_no_figure_that_its_text_does_not_say() -> None:
    def figures(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}|\d+(?:\.\d+)?", text))

    more = {
        entry.id: sorted(beside - figures(entry.answer.screen) - {"12329", "12366"})
        for entry in published()
        for card in (entry.card.rows if entry.card else (),)
        if (beside := figures(entry.answer.spoken + "".join(f" {row.label} {row.value}" for row in card)))
    }

    assert {name: found for name, found in more.items() if found} == {}


def test_every_entry_can_be_rendered_on_its_first_and_last_day() -> None:
    renderer = renderer_of(content())
    days = [(entry, day) for entry in published() for day in (entry.valid_from, entry.valid_until) if day]

    assert [(entry.id, str(day)) for entry, day in days if renderer.serve(entry, day) is None] == []


def test_no_entry_cites_the_revised_regulation_for_days_before_it() -> None:
    in_force = date(2026, 9, 20)
    citing = [entry for entry in published() if re.search("2026 年修订(?!前)", entry.answer.screen)]

    assert [e.id for e in citing if e.valid_from is None or e.valid_from < in_force] == []


def test_every_entry_that_lapses_has_one_that_says_what_became_of_it_unless_a_new_figure_follows() -> None:
    """A measure that ends (物业费) is told to have ended; a yearly figure is replaced by the next one instead."""
    yearly = {parameter.id for parameter in content().parameters if parameter.values[-1].end == date(2027, 6, 30)}
    lapsing = [entry for entry in published() if entry.valid_until and not yearly & set(references(entry))]

    assert [entry.id for entry in lapsing if not entry.related] == []


def test_no_second_hand_or_unconfirmed_answer_vouches_for_every_day_that_ever_was() -> None:
    """A question about a past day is answered by what held then; what is only known of today says since when."""
    assert [entry.id for entry in published() if entry.confidence in ("U", "V2") and entry.valid_from is None] == []


def test_the_subject_decides_what_is_ours_not_the_words_it_is_asked_in() -> None:
    exam = Exam.load(FOLDER)

    assert {"公积金怎么查询", "住房公积金上限多少"} <= set(exam.own)
    assert not set(exam.own) & {*exam.made, *exam.foreign}
    assert all("公积金" in text for text in exam.own)


def test_what_is_measured_is_never_learned() -> None:
    strict = read_like(FOLDER).strict
    exam, blind = Exam.load(FOLDER), FOLDER / "evaluation" / "blind"
    learned = {strict(text) for text in (*exam.foreign, *exam.made, *exam.own, *(text for _, text in exam.probes))}
    learned |= {strict(text) for entry in content().entries for text in entry.questions()}
    measured = [*exam.measured, *(row[1] for file in FOREIGN.values() for row in table(blind / file))]
    measured += [question.text for file in BLIND.values() for question in labelled_questions(blind / file)]

    assert len(measured) > 650
    assert not [text for text in measured if strict(text) in learned]
