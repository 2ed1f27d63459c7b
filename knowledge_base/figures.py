"""Implements bot.ports.Parameters: the dated numbers, read once, used by answers, calculators and the sandbox."""

from collections.abc import Iterable
from datetime import date

from bot.errors import KnowledgeUnavailable
from knowledge_base.entries import Parameter


class DatedParameters:
    """The register of one content."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._parameters = {parameter.id: parameter for parameter in parameters}

    def value(self, parameter: str, on: date) -> str:
        known = self._parameters.get(parameter)
        value = known.on(on) if known else None
        if value is None:
            raise KnowledgeUnavailable(f"no value of {parameter} on {on}")
        return value
