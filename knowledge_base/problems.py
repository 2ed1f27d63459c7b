"""What can be wrong with curated content, gathered row by row so that a curator mends everything in one go."""

from dataclasses import dataclass

from bot.errors import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend: the file (with line where known), the row (an id) and what is wrong."""

    place: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.row}: {self.what}" if self.row else f"{self.place}: {self.what}"


class ContentRefused(Misconfigured):
    """The content breaks its rules; `problems` lists every broken row at once."""

    code = "content-refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the knowledge content\n" + "\n".join(map(str, problems)))
        self.problems = problems
