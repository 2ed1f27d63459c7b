"""Reads an intent as Rasa's featurizers and classifier do, without features for each token that nobody asks for.

Rasa makes two sparse matrices per featurizer and message, one of them for every token, and joins them all; a linear
classifier of sentences needs the row numbers of what stands in the sentence. Same model, same confidences.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import GraphNode
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.featurizers.sparse_featurizer.regex_featurizer import RegexFeaturizer
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.special import expit

Found = list[tuple[int, float]]
_FEATURIZERS = (RegexFeaturizer, CountVectorsFeaturizer)
_OTHERS = (JiebaTokenizer, RegexEntityExtractor, FallbackClassifier, RegexMessageHandler)  # none reads features
_FEWEST = 3  # classes: with two there is one row of weights


@dataclass(frozen=True)
class Columns:
    """The columns of one featurizer: how many there are, and which ones a message fills with what."""

    width: int
    read: Callable[[Message], Found]


class Understanding:
    """Takes the place of the classifier's `process` in its node; the featurizers have nothing left to do."""

    def __init__(self, featurizers: Sequence[Any], classifier: LogisticRegressionClassifier) -> None:
        self._classes = classifier.clf.classes_.tolist()
        self._start = classifier.clf.intercept_
        weights, begin = np.ascontiguousarray(classifier.clf.coef_.T), 0
        self._columns: list[tuple[Columns, Any]] = []
        read: list[Any] = []
        for one in featurizers:
            columns = _patterns(one) if isinstance(one, RegexFeaturizer) else _words(one)
            mine = weights[begin : begin + columns.width]
            begin += columns.width
            twin = next((place for place, other in enumerate(read) if _alike(one, other)), None)
            if twin is None:
                read.append(one)
                self._columns.append((columns, mine))
            elif len(mine) == columns.width:  # counted twice, a sentence is read once: its weights are added up
                self._columns[twin] = (columns, self._columns[twin][1] + mine)
        self._fits = begin == len(weights)
        self._length = classifier.config["ranking_length"] or len(self._classes)

    @property
    def fits(self) -> bool:
        """Say whether the columns are those the weights were learned for."""
        return self._fits

    def process(self, _component: Any, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            ranking = self._ranked(message)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._length], add_to_output=True)
        return messages

    def _ranked(self, message: Message) -> list[dict[str, Any]]:
        score = self._start
        for columns, weights in self._columns:
            found = columns.read(message)
            if found:
                places, values = zip(*found, strict=True)
                score = score + np.asarray(values) @ weights[list(places)]
        chances = expit(score)
        named = zip(self._classes, (chances / chances.sum()).tolist(), strict=True)
        return [{"name": name, "confidence": chance} for name, chance in sorted(named, key=lambda one: -one[1])]


def quicken(nodes: Iterable[GraphNode]) -> bool:
    """Let a loaded model understand this way; False, and untouched, when its pipeline holds what needs more."""
    steps = [node for node in nodes if getattr(node._fn, "__name__", "") == "process"]
    featurizing = [node for node in steps if type(node._component) in _FEATURIZERS]
    deciding = [node for node in steps if type(node._component) is LogisticRegressionClassifier]
    known = all(type(node._component) in _OTHERS or node in featurizing or node in deciding for node in steps)
    if not known or len(deciding) != 1 or not featurizing:
        return False
    classifier = deciding[0]._component
    if classifier.clf.solver != "liblinear" or len(getattr(classifier.clf, "classes_", ())) < _FEWEST:
        return False
    understanding = Understanding([node._component for node in featurizing], classifier)
    if not understanding.fits:
        return False
    for node in featurizing:
        node._fn = _unchanged
    deciding[0]._fn = understanding.process
    return True


def _alike(one: Any, other: Any) -> bool:
    """Say whether two featurizers fill their columns with the same figures."""
    counting = type(one) is type(other) is CountVectorsFeaturizer
    if not counting or one._config != other._config:
        return False
    return bool(one.vectorizers[TEXT].vocabulary_ == other.vectorizers[TEXT].vocabulary_)


def _unchanged(_component: Any, messages: list[Message]) -> list[Message]:
    return messages


def _words(featurizer: CountVectorsFeaturizer) -> Columns:
    vectorizer = featurizer.vectorizers[TEXT]
    analyze, vocabulary = vectorizer.build_analyzer(), vectorizer.vocabulary_

    def read(message: Message) -> Found:
        tokens = featurizer._get_processed_message_tokens_by_attribute(message, TEXT)
        counts: dict[int, float] = {}
        for term in analyze(" ".join(tokens)) if tokens else ():
            if (place := vocabulary.get(term)) is not None:
                counts[place] = counts.get(place, 0.0) + 1.0
        return list(counts.items())

    return Columns(width=len(vocabulary), read=read)


def _patterns(featurizer: RegexFeaturizer) -> Columns:
    flags = 0 if featurizer.case_sensitive else re.IGNORECASE
    patterns = [re.compile(one["pattern"], flags) for one in featurizer.known_patterns or ()]

    def read(message: Message) -> Found:
        text = message.get(TEXT) or ""
        return [(place, 1.0) for place, pattern in enumerate(patterns) if _matches(pattern, text)]

    return Columns(width=len(patterns), read=read)


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether a match covers part of a token: anything but the space between them."""
    first = pattern.search(text)
    return first is not None and (bool(first[0].strip()) or any(one[0].strip() for one in pattern.finditer(text)))
