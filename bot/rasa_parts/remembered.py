"""What Rasa must remember between two turns: the slots, what was said, and what it waits for."""

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, SESSION_START_METADATA_SLOT
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

LINES = 40  # what was said longer ago is in our own transcript; no action reads it from Rasa


def remembered(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """Return the state as JSON holds it, None while nobody has said anything."""
    said = [one for one in tracker.applied_events() if isinstance(one, (UserUttered, BotUttered))][-LINES:]
    if not said:
        return None
    latest = max((at for at, one in enumerate(said) if isinstance(one, UserUttered)), default=0)
    return {
        "slots": {name: slot.value for name, slot in tracker.slots.items() if _worth(name, slot)},
        "said": [_line(one, whole=at >= latest) for at, one in enumerate(said)],
        "loop": tracker.active_loop_name,
        "paused": tracker.is_paused(),
    }


def restored(tracker: DialogueStateTracker, state: dict[str, Any]) -> DialogueStateTracker:
    """Bring a fresh tracker to the remembered state, listening."""
    for name, value in state["slots"].items():
        if name in tracker.slots:  # a newer domain may have dropped it
            tracker.update(SlotSet(name, value))
    for line in state["said"]:
        tracker.update(_event(line))
    if state["loop"]:
        tracker.update(ActiveLoop(state["loop"]))
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    if state["paused"]:
        tracker.update(ConversationPaused())
    return tracker


def _worth(name: str, slot: Any) -> bool:
    return bool(name != SESSION_START_METADATA_SLOT and slot.value != slot.initial_value)


def _line(said: Event, *, whole: bool) -> dict[str, Any]:
    """Return one line; only the replies to the latest message are kept whole, so that they can be repeated."""
    if isinstance(said, UserUttered):
        known = said.metadata.get("message_id") or ""  # a message that comes again must be recognised
        line = {"user": said.text, "intent": said.intent_name, "at": said.timestamp, "through": said.input_channel}
        return {**line, "id": known}
    return {"bot": _words(said), "data": _shown(said.data) if whole else None, "at": said.timestamp}


def _words(said: BotUttered) -> str | None:
    custom = said.data.get("custom")
    reply = custom.get("reply") if isinstance(custom, dict) else None
    return said.text or (reply.get("text") if isinstance(reply, dict) else None)


def _shown(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was noted about the answer (`evidence`): nobody is shown it again."""
    kept = {key: value for key, value in data.items() if value}
    if isinstance(kept.get("custom"), dict):
        kept["custom"] = {key: value for key, value in kept["custom"].items() if key != "evidence"}
    return kept


def _event(line: dict[str, Any]) -> Event:
    if "user" in line:
        intent = {"name": line["intent"], "confidence": 1.0}
        metadata = {"message_id": line["id"]} if line.get("id") else None
        return UserUttered(line["user"], intent, timestamp=line["at"], input_channel=line["through"], metadata=metadata)
    return BotUttered(line["bot"], line["data"], timestamp=line["at"])
