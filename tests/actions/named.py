"""A wish of a name and nothing else, for what only decides which wish it is."""

from actions.call import Call
from actions.wish import Result, Wish, say


class Named:
    """Any wish of a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def fulfil(self, call: Call) -> Result:
        return say(self.name)


def named(wish: Wish | None) -> str:
    """Return the name of a wish, "" for none."""
    return wish.name if wish else ""
