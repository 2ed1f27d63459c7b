"""Lines that are drawn together can be told from one another."""

import re

from tests.evaluation.pictures import curves


def test_every_line_has_a_colour_of_its_own_and_no_empty_one_is_named() -> None:
    lines = {f"set {number}": ((0.0, 0.1), (1.0, 0.2)) for number in range(8)}

    drawn = curves("t", "x", "y", {**lines, "nothing": ()})

    assert len(set(re.findall(r'<polyline fill="none" stroke="(#[0-9a-f]+)"', drawn))) == 8
    assert "nothing" not in drawn
