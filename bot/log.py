"""JSON lines on stdout, configured once; no personal number passes, whatever a caller puts into a line."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from bot.masking import scrub

TURN_TAKEN = "turn.taken"
TURN_FOLLOWED = "turn.followed"
TURN_FAILED = "turn.failed"
RECORD_DELAYED = "record.delayed"
RECORD_LOST = "record.lost"
DELIVERY_FAILED = "delivery.failed"

_OWN_KEYS = frozenset({"conversation", "message_id", "timestamp", "level"})  # ids we made or checked


def configure(stream: TextIO | None = None, *, level: str = "INFO") -> None:
    """Send our lines, and what libraries write through `logging`, to `stream` (stdout)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        masked,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    target = stream or sys.stdout
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def logger(**bound: object) -> Any:
    """Return a logger: `logger().info(TURN_TAKEN, conversation=…, outcome=…)`."""
    return structlog.get_logger(**bound)


def masked(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Scrub every value of a line: the last net, not the first."""
    for key, value in line.items():
        if key not in _OWN_KEYS:
            line[key] = _scrubbed(value)
    return line


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        clean = scrub(str(value))
        return value if clean == str(value) else clean
    if isinstance(value, Mapping):
        return {scrub(str(key)): _scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrubbed(inner) for inner in value]
    return scrub(str(value))
