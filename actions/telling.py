"""Hears a turn that only tells of somebody's life (我下个月61, 厂子倒闭了), whatever intent Rasa read in it.

`telling.json` holds one weight for each character and pair of characters, learned by `python -m tests.situations
--learn`: the sentences of `situations.yml` against everything else people say without asking.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import exp

from actions.call import Call
from actions.questions import asks, is_letter, says_nothing
from actions.wish import Wish
from bot.wire import decode

TELLS = "tell_situation"
LEAST = 0.4
"""From here on a turn is told, where Rasa's intent is one that asks for nothing in particular."""
LEAST_OF_A_WISH, HARDLY = 0.6, 0.9
"""… and where Rasa heard a wish, but with less than `HARDLY`. By cross-validation: docs/nlu-experiments.md."""
NO_WISH = frozenset(
    {
        "",
        "policy_question",
        "out_of_scope",
        "nlu_fallback",
        "chitchat",
        "express_anger",
        "goodbye",
        "inform",
        "ask_basis",
        "correct",
        "deny",
        "help",
        "ask_simpler",
        "affirm",
        "repeat_answer",
        "greet",
        "who_are_you",
        "thank",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learned: where a sentence begins, and what each of its grams adds."""

    start: float
    grams: Mapping[str, float]

    def chance(self, text: str) -> float:
        """Return how likely it is that `text` tells a situation."""
        return 1 / (1 + exp(-self.start - sum(self.grams.get(gram, 0.0) for gram in grams(text))))


def grams(text: str) -> frozenset[str]:
    """Return the characters and pairs of characters of `text`, without signs and spaces."""
    plain = "".join(character for character in text if character.isalnum())
    return frozenset(plain) | frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def tells(text: str, intent: str, confidence: float, weights: Weights) -> bool:
    """Say whether `text` tells a situation, though Rasa read `intent` in it."""
    if says_nothing(text) or asks(text) or is_letter(text):
        return False
    if intent in NO_WISH:
        return weights.chance(text) >= LEAST
    return confidence < HARDLY and weights.chance(text) >= LEAST_OF_A_WISH


def as_told(call: Call) -> Call:
    """Return the call with the intent `TELLS` when that is what it does; a case told after an answer is about it."""
    weights = read_weights()
    of_the_answer = call.memory.entry and call.intent == "policy_question"
    if of_the_answer or not tells(call.text, call.intent, call.confidence, weights):
        return call
    return replace(call, intent=TELLS, confidence=weights.chance(call.text))


def told(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that hears a situation when this turn tells one, else None."""
    return wishes.get("hear_situation") if call.intent == TELLS else None


@cache
def read_weights() -> Weights:
    """Return the weights as they were learned."""
    return decode(files("actions").joinpath("telling.json").read_bytes(), Weights)
