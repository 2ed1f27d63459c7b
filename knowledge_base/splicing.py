"""Writes changed entries into the text of their file: what did not change keeps its letters, so the change shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from knowledge_base.entries import Entry
from knowledge_base.plain import to_plain, to_yaml

_DEEP = 2  # columns of an entry's fields: "- id: …"


@dataclass(frozen=True, slots=True)
class _Span:
    """A node of the file and the lines it stands on."""

    node: yaml.Node
    first: int
    last: int


def spliced(text: str, entries: Sequence[Entry], known: Mapping[str, Entry]) -> str:
    """Return the text of a file that held the `known` entries, holding these `entries` instead, in this order."""
    lines, root = text.splitlines(keepends=True), yaml.compose(text, Loader=yaml.SafeLoader) if text.strip() else None
    nodes = root.value if isinstance(root, yaml.SequenceNode) and not root.flow_style else []
    spans = {_id(span.node): span for span in _spans(nodes, len(lines))}
    head = lines[: min((span.first for span in spans.values()), default=0)]
    return "".join([*head, *(_entry(lines, spans.get(one.id), known.get(one.id), one) for one in entries)])


def _entry(lines: Sequence[str], span: _Span | None, was: Entry | None, entry: Entry) -> str:
    if span is None or was is None:
        return to_yaml([to_plain(entry)])
    if was == entry:
        return _ended("".join(lines[span.first : span.last]))
    node = span.node
    if not isinstance(node, yaml.MappingNode) or node.flow_style or node.start_mark.column != _DEEP:
        return to_yaml([to_plain(entry)])
    before, after = to_plain(was), to_plain(entry)
    held = {key.value: value for key, value in node.value}
    stand = {one.node.value: one for one in _spans([key for key, _ in node.value], span.last)}
    stay = [name for name in held if name in after or name not in before]  # a field held as null stays as well
    new = [name for name in after if name not in held and before.get(name) != after[name]]
    pieces = []
    for name in [*stay, *new]:
        if before.get(name) == after.get(name):
            pieces.append(_ended("".join(lines[stand[name].first : stand[name].last])))
        else:
            pieces.append(_list(lines, held.get(name), after[name], name) or to_yaml([{name: after[name]}]))
    return "".join(f"{' ' if at else '-'} {piece[_DEEP:]}" for at, piece in enumerate(pieces))


def _list(lines: Sequence[str], node: yaml.Node | None, values: object, name: str) -> str:
    """Return a list whose items stay as they were written, "" where it is no list of lines."""
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not isinstance(values, list):
        return ""
    if not node.value or not all(isinstance(value, str) for value in values):
        return ""
    ends = [item.end_mark.line for item in node.value]
    starts = [node.start_mark.line, *(end + 1 for end in ends)]  # a remark stands with the item after it
    placed = zip(node.value, starts, ends, strict=False)
    written = {
        item.value: _ended("".join(lines[start : end + 1]))
        for item, start, end in placed
        if item.start_mark.line == end
    }
    indent = " " * (node.value[0].start_mark.column - _DEEP)
    return "".join([f"  {name}:\n", *(written.get(value) or f"{indent}{to_yaml([value])}" for value in values)])


def _spans(nodes: Sequence[yaml.Node], end: int) -> list[_Span]:
    """Return each node with the lines up to the next one."""
    starts = [node.start_mark.line for node in nodes]
    return [_Span(*one) for one in zip(nodes, starts, [*starts[1:], end], strict=False)]


def _id(node: yaml.Node) -> str:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((str(value.value) for key, value in pairs if key.value == "id"), "")


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
