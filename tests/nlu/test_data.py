"""The training data is checked like code: enough, consistent, and everything it names exists."""

from collections import Counter, defaultdict

from tests.nlu.reading import DATA, ROOT, blocks, examples, names, patterns, read

PAYLOAD_ONLY = {"choose_entry"}
PAYLOAD_ENTITIES = {"entry", "choice"}
PREDICTED_ONLY = {"nlu_fallback"}
EXAMPLES = examples()
PATTERNS = patterns()


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).lower()


def test_every_intent_has_at_least_45_examples() -> None:
    counts = Counter(example.intent for example in EXAMPLES)

    few = {intent: counts[intent] for intent in names("intents") - PAYLOAD_ONLY if counts[intent] < 45}

    assert few == {}


def test_policy_questions_are_broad() -> None:
    assert sum(example.intent == "policy_question" for example in EXAMPLES) >= 150


def test_no_example_stands_under_two_intents_or_twice() -> None:
    seen: dict[str, list[str]] = defaultdict(list)
    for example in EXAMPLES:
        seen[example.text].append(example.intent)

    assert {text: intents for text, intents in seen.items() if len(intents) > 1} == {}


def test_every_intent_of_the_data_is_in_the_domain() -> None:
    assert {example.intent for example in EXAMPLES} == names("intents") - PAYLOAD_ONLY


def test_every_entity_is_declared_and_every_pattern_belongs_to_one() -> None:
    marked = {span.entity for example in EXAMPLES for span in example.spans}

    assert marked == set(patterns())
    assert names("entities") == marked | PAYLOAD_ENTITIES


def test_annotations_are_what_the_patterns_find() -> None:
    wrong = []
    for example in EXAMPLES:
        for span in example.spans:
            found = {(m.start(), m.end()) for m in PATTERNS[span.entity].finditer(example.text)}
            if (span.start, span.end) not in found:
                wrong.append((example.text, span))

    assert wrong == []


def test_values_in_the_data_are_annotated() -> None:
    missing = [
        (example.text, entity, match.group())
        for example in EXAMPLES
        for entity in ("money", "period", "date", "district")
        for match in PATTERNS[entity].finditer(example.text)
        if not any(span.start <= match.start() < span.end for span in example.spans)
    ]

    assert missing == []


def test_longer_words_of_a_lookup_come_first() -> None:
    for path in sorted((DATA / "lookups").glob("*.yml")):
        for name, words in blocks(path, "lookup"):
            lengths = [len(word) for word in words]
            assert lengths == sorted(lengths, reverse=True), name


def test_every_intent_has_one_rule_and_every_action_one_name_in_the_domain() -> None:
    steps = [rule["steps"] for path in sorted((DATA / "rules").glob("*.yml")) for rule in read(path)["rules"]]

    intents = [rule[0]["intent"] for rule in steps]
    actions = {rule[1]["action"] for rule in steps}

    assert sorted(intents) == sorted(names("intents") | PREDICTED_ONLY)
    assert actions == names("actions")


def test_no_rule_goes_over_several_turns_because_rasa_remembers_no_actions() -> None:
    """docs/decisions/0011: what goes on over several turns lives in a slot."""
    steps = [rule["steps"] for path in sorted((DATA / "rules").glob("*.yml")) for rule in read(path)["rules"]]

    assert {tuple(key for step in rule for key in step) for rule in steps} == {("intent", "action")}
    assert [policy["name"] for policy in read(ROOT / "config.yml")["policies"]] == ["RulePolicy"]
    assert not (DATA / "stories").exists()
    assert "forms" not in read(ROOT / "domain.yml")


def test_slots_are_written_by_actions_and_steer_nothing() -> None:
    slots = read(ROOT / "domain.yml")["slots"]

    for slot in slots.values():
        assert slot["mappings"] == [{"type": "custom"}]
        assert slot["type"] == "any" or slot["influence_conversation"] is False


def test_held_out_sentences_are_not_trained_on() -> None:
    trained = {_plain(example.text) for example in EXAMPLES}

    held_out = examples(ROOT / "tests" / "nlu" / "held_out_test.yml")

    assert [example.text for example in held_out if _plain(example.text) in trained] == []


def test_every_wish_has_a_story_in_which_it_is_interrupted() -> None:
    talk = {"policy_question", "out_of_scope", "choose_entry", "inform", "correct", "affirm", "deny", "cancel", "help"}
    talk |= {"greet", "goodbye", "thank", "chitchat", "who_are_you", "repeat_answer", "ask_basis", "ask_simpler"}
    talk |= {"express_anger", "prove_identity", "unbind_account", "erase_data"}
    interrupted = set()
    for path in sorted((ROOT / "tests" / "stories").glob("*.yml")):
        for story in read(path)["stories"]:
            intents = [step["intent"] for step in story["steps"] if "intent" in step]
            for before, question, after in zip(intents, intents[1:], intents[2:], strict=False):
                if question == "policy_question" and after:
                    interrupted.add(before)

    assert names("intents") - talk - interrupted == set()
