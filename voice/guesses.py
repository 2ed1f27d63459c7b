"""What a recorded message was understood as, as it goes over HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """Best first; none when no words were heard."""

    guesses: tuple[str, ...]
