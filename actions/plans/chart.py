"""Draws a plan as SVG: what is paid each year, principal and interest stacked, and what is still owed."""

from decimal import ROUND_CEILING, Decimal

from actions.calculators.loan import Year

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 40
PRINCIPAL, INTEREST, OWED = "#0b5cad", "#9a5b00", "#1b1b1b"


def chart(years: tuple[Year, ...], borrowed: Decimal) -> str:
    """SVG with its own description; money is shown in 万元 along the axis."""
    step = _step(max(year.paid for year in years))
    most = step * (max(year.paid for year in years) / step).to_integral_value(ROUND_CEILING)
    wide = (WIDTH - LEFT - RIGHT) / len(years)
    bars = "".join(_bar(year, number, wide, most) for number, year in enumerate(years))
    owed = [borrowed, *(year.left for year in years)]
    points = " ".join(f"{LEFT + number * wide:.1f},{_y(left, borrowed):.1f}" for number, left in enumerate(owed))
    said = f"每年还款,第 1 年 {years[0].paid} 元,第 {len(years)} 年 {years[-1].paid} 元;欠款从 {borrowed} 元降到 0。"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{_axes(len(years), wide, step, most)}{bars}"
        f'<polyline points="{points}" fill="none" stroke="{OWED}" stroke-width="2" stroke-dasharray="5 3"/></svg>'
    )


def _y(value: Decimal, most: Decimal) -> float:
    return float(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most)


def _bar(year: Year, number: int, wide: float, most: Decimal) -> str:
    x, gap, floor = LEFT + number * wide, wide * 0.15, HEIGHT - BOTTOM
    middle, top = _y(year.principal, most), _y(year.paid, most)
    rect = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>'
    return rect.format(x + gap, middle, wide - 2 * gap, floor - middle, PRINCIPAL) + rect.format(
        x + gap, top, wide - 2 * gap, middle - top, INTEREST
    )


def _step(most: Decimal) -> Decimal:
    """A round distance between the marks of an axis that reaches `most`, at most five of them."""
    size = Decimal(10) ** most.adjusted()
    return next(size * part for part in map(Decimal, ("0.2", "0.25", "0.5", "1", "2")) if size * part * 5 >= most)


def _axes(years: int, wide: float, step: Decimal, most: Decimal) -> str:
    text = '<text x="{:.0f}" y="{:.0f}" font-size="12" text-anchor="{}">{}</text>'
    every = max(1, years // 10)
    marks = "".join(
        text.format(LEFT + (number + 0.5) * wide, HEIGHT - 20, "middle", number + 1)
        for number in range(0, years, every)
    )
    scale = "".join(
        text.format(LEFT - 8, _y(step * part, most) + 4, "end", f"{(step * part / 10_000).normalize():f} 万")
        for part in range(int(most / step) + 1)
    )
    floor = HEIGHT - BOTTOM
    line = f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH - RIGHT}" y2="{floor}" stroke="#767676"/>'
    return line + marks + scale + text.format(WIDTH / 2, HEIGHT - 4, "middle", "第几年")
