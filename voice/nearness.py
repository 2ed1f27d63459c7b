"""How unlike two syllables of Mandarin sound: what recognisers and dialects confuse is near, the rest is far."""

from functools import lru_cache

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_PAIRS = (
    *(("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("zh", "ch"), ("sh", "zh"), ("sh", "ch")),
    *(("z", "c"), ("j", "q"), ("q", "x"), ("b", "p"), ("d", "t"), ("g", "k"), ("b", "d")),
    *(("in", "ing"), ("en", "eng"), ("an", "ang"), ("ian", "iang"), ("uan", "uang")),
)
_CONFUSED = frozenset(map(frozenset, _PAIRS))
CONFUSED, DIFFERENT = 0.4, 1.0


def syllable(tone: str) -> str:
    """Drop the tone: gong1 → gong."""
    return tone.rstrip("12345")


@lru_cache(maxsize=200_000)
def near(one: str, other: str) -> float | None:
    """Return 0 for the same sound up to 1 for one that shares its beginning or its end; None when it shares nothing."""
    if one == other:
        return 0.0
    (first, rest), (second, end) = _parts(one), _parts(other)
    apart = _apart(first, second) + _apart(rest, end)
    return apart if apart <= DIFFERENT else None


def _apart(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return CONFUSED if frozenset((one, other)) in _CONFUSED else DIFFERENT


def _parts(sound: str) -> tuple[str, str]:
    initial = next((letters for letters in _INITIALS if sound.startswith(letters)), "")
    return initial, sound[len(initial) :]
