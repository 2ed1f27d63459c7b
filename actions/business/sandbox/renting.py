"""How much rent a household may take a year, and what makes it so much (policy_facts C-21 to C-24)."""

from collections.abc import Callable
from dataclasses import dataclass

from actions.business.sandbox.persons import Dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class RentCap:
    """Fen a year for the whole household, and why when it is not the usual cap."""

    fen: int
    why: str = ""


def rent_cap(file: Dossier, published: Callable[[str], int]) -> RentCap:
    """Public housing is paid as it costs; on the market the highest cap counts that the household comes under.

    Whether the caps of talents and of several children add up is not published: nothing is added.
    """
    if file.public_rent:
        return RentCap(fen=file.public_rent, why="公租房按全年实际租金")
    caps = [_by_children(file, published)]
    if file.talent:
        caps.append(RentCap(fen=published("rent_cap_talent"), why="高层次人才"))
    return max(caps, key=lambda cap: cap.fen)


def _by_children(file: Dossier, published: Callable[[str], int]) -> RentCap:
    """Two and three count with those who have grown up, as long as one has not."""
    if file.children < 2:
        return RentCap(fen=published("rent_cap_household"))
    if not file.minor_children:
        return RentCap(fen=published("rent_cap_household"), why="子女都已成年,按普通家庭")
    if file.children == 2:
        return RentCap(fen=published("rent_cap_two_children"), why="二孩家庭,至少一个未成年")
    return RentCap(fen=published("rent_cap_three_children"), why="三孩及以上家庭,至少一个未成年")
