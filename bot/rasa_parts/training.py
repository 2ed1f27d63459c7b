"""Rasa's command line, training without its cache: `python -m bot.rasa_parts.training train …`, in Rasa's environment.

After each component Rasa hashes every token of every sentence, to find what it need not train again: four fifths of
the time a training takes. When something is trained again, our own hash of the inputs decides (`bot/assembly`).
"""

from typing import Any

from rasa.__main__ import main
from rasa.engine.training import graph_trainer


class Uncached:
    """Takes the place of Rasa's TrainingHook, and keeps nothing."""

    def __init__(self, **_kept: Any) -> None:
        pass

    def on_before_node(self, *_args: Any, **_named: Any) -> dict[str, Any]:
        """Return nothing to compare with."""
        return {}

    def on_after_node(self, *_args: Any, **_named: Any) -> None:
        """Keep nothing."""


if __name__ == "__main__":
    graph_trainer.TrainingHook = Uncached
    main()
