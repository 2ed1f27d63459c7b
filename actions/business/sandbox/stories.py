"""The demo people anybody may try, each with a case of their own; their numbers are valid and nobody's."""

from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A demo person anybody may try: shown on the demo page, marked 演示."""

    id_number: str
    password: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What makes a demo person's case."""

    story: str = ""
    home: bool = False
    children: int = 0
    grown_children: int = 0
    talent: bool = False
    loan: str = ""
    age: int = 32
    sex: str = "男"
    former_age: int = 0
    status: str = "01"
    gap: bool = False
    clerk: bool = False
    settled: bool = False
    public_rent: int = 0


STORIES = (
    Traits(story="租房、单身、正常缴存"),
    Traits(story="有公积金贷款、按月正常还款", home=True, loan="fund", age=38),
    Traits(story="有商业住房贷款", home=True, loan="commercial", age=41),
    Traits(story="已到退休年龄、账户封存", home=True, age=64, status="02"),
    Traits(story="二孩家庭租房", children=2, age=35, sex="女"),
    Traits(story="中间断缴过三个月", gap=True, age=29),
    Traits(story="账户冻结", status="06", age=45),
    Traits(story="单位经办人", clerk=True, age=33, sex="女"),
    Traits(story="公积金贷款已结清", home=True, loan="fund", settled=True, age=50),
    Traits(story="住公租房", public_rent=4_320, age=37, sex="女"),
    Traits(story="缓缴单位的经办人", clerk=True, age=40),
    Traits(story="三孩家庭租房,只有一个未成年", children=1, grown_children=2, age=47, sex="女"),
    Traits(story="高层次人才租房", talent=True, age=36),
    Traits(story="女职工,原法定退休年龄 50 周岁,已到退休时间", former_age=50, age=51, sex="女", status="02"),
)


def id_number(region: str, born: date, sequence: int) -> str:
    """A number that is valid by GB 11643's check digit and belongs to nobody (sequence 9xx)."""
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
