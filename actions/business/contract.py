"""The contract as code: which operation a request is, and whether a body or an answer has the agreed shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OPENAPI = Path(__file__).with_name("openapi.yaml")
_ROOT = "urn:jiajia:core-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value in the path, the query or a header."""

    name: str
    where: str
    required: bool
    schema: Draft202012Validator


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path, with the schemas of its body and of its answers by status."""

    id: str
    method: str
    path: str
    body: Draft202012Validator | None
    answers: Mapping[str, Draft202012Validator]
    parameters: tuple[Parameter, ...]


class Contract:
    """openapi.yaml, compiled once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_ROOT, resource)
        self.operations = tuple(self._operations())

    @classmethod
    def read(cls, file: Path = OPENAPI) -> "Contract":
        """Read the document beside this module."""
        return cls(yaml.safe_load(file.read_text(encoding="utf-8")))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation a request's path (without query) belongs to."""
        for operation in self.operations:
            if operation.method == method and _pattern(operation.path).fullmatch(path):
                return operation
        return None

    def of(self, identifier: str) -> Operation:
        """The operation with this operationId."""
        return next(operation for operation in self.operations if operation.id == identifier)

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in ("get", "post", "delete"):
                if method in item:
                    shared = item.get("parameters", [])
                    yield self._operation(path, method, item[method], shared)

    def _operation(self, path: str, method: str, plain: dict[str, Any], shared: list[Any]) -> Operation:
        body = plain.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        answers = {status: self._resolved(answer) for status, answer in plain["responses"].items()}
        parameters = [self._resolved(parameter) for parameter in (*shared, *plain.get("parameters", ()))]
        return Operation(
            id=plain["operationId"],
            method=method.upper(),
            path=path,
            body=self._validator(body) if body else None,
            answers={
                status: self._validator(next(iter(answer["content"].values()))["schema"])
                for status, answer in answers.items()
            },
            parameters=tuple(
                Parameter(
                    name=one["name"],
                    where=one["in"],
                    required=one.get("required", False),
                    schema=self._validator(one["schema"]),
                )
                for one in parameters
            ),
        )

    def _resolved(self, plain: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in plain:
            node: Any = self.document
            for part in plain["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            plain = node
        return plain

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        absolute = _absolute(schema)
        return Draft202012Validator(absolute, registry=self._registry, format_checker=FormatChecker())


def _absolute(schema: Any) -> Any:
    """The same schema with its references leading into the whole document."""
    if isinstance(schema, dict):
        return {key: _ROOT + value if key == "$ref" else _absolute(value) for key, value in schema.items()}
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(
        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path))
    )
