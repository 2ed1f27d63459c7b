"""Draws the evaluation's curves as SVG text: no library is needed for lines over the unit square."""

from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]
COLOURS = ("#1565c0", "#c62828", "#2e7d32", "#6a1b9a", "#ef6c00", "#00838f", "#5d4037", "#ad1457", "#616161", "#9e9d24")
WIDTH, HEIGHT, EDGE = 560, 400, 60


def curves(title: str, across: str, up: str, lines: Mapping[str, Points], *, highest: float = 1.0) -> str:
    """Return named lines over 0..1 × 0..highest, each in a colour of its own; raises ValueError for too many."""

    def at(point: tuple[float, float]) -> str:
        x = EDGE + point[0] * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - min(1.0, point[1] / highest) * (HEIGHT - 2 * EDGE)
        return f"{x:.1f},{y:.1f}"

    parts = [_text(WIDTH / 2, 24, title, size=16, anchor="middle")]
    for step in range(6):
        share = step / 5
        x, y = EDGE + share * (WIDTH - 2 * EDGE), HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)
        parts += [f'<path d="M{EDGE},{y:.1f}H{WIDTH - EDGE}M{x:.1f},{EDGE}V{HEIGHT - EDGE}" stroke="#ddd"/>']
        parts += [_text(x, HEIGHT - EDGE + 18, f"{share:.1f}", anchor="middle")]
        parts += [_text(EDGE - 8, y + 4, f"{share * highest:.2f}", anchor="end")]
    drawn = {name: points for name, points in lines.items() if points}
    if len(drawn) > len(COLOURS):
        raise ValueError(f"{len(drawn)} lines, and {len(COLOURS)} colours")
    for place, ((name, points), colour) in enumerate(zip(drawn.items(), COLOURS, strict=False)):
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(map(at, points))}"/>')
        parts.append(_text(EDGE + 12, EDGE + 18 * (place + 1), name, colour=colour))
    parts += [_text(WIDTH / 2, HEIGHT - 16, across, anchor="middle"), _text(12, EDGE - 14, up)]
    return _picture(WIDTH, HEIGHT, parts)


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", colour: str = "#222") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )


def _picture(width: float, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif">'
    )
    return "\n".join((head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>", ""))
