import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.wechat.splitting import LONGEST_BYTES, split

WORDS = st.sampled_from(
    [
        "租房提取每年最多 ",
        "16,800.50",
        "元。",
        "https://www.xnzfgjj.com/a?b=1&c=2",
        "\n\n",
        "👨‍👩‍👧",
        "🇨🇳",
        "é",
        "2026-11-23",
        ",",
        "12329",
        "中",
    ]
)
TEXTS = st.lists(WORDS, max_size=120).map("".join)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(TEXTS, st.integers(60, 400))
@settings(deadline=None)
def test_nothing_is_lost_and_every_piece_fits(text, limit):
    pieces = split(text, limit)

    assert bare("".join(pieces)) == bare(text)
    assert all(0 < len(piece.encode()) <= limit for piece in pieces)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=2_000), st.integers(8, 300))
@settings(deadline=None)
def test_any_text_is_split_into_whole_characters(text, limit):
    pieces = split(text, limit)

    assert bare("".join(pieces)) == bare(text)
    assert all(len(piece.encode()) <= limit for piece in pieces)


@example("租房提取每年最多 " * 4 + "16,800.50https://www.xnzfgjj.com/a?b=1&c=2", 60)
@given(TEXTS, st.integers(60, 400))
@settings(deadline=None)
def test_no_link_number_or_joined_character_is_broken(text, limit):
    whole = re.compile(r"https?://[!-~]+|\d+(?:[.,:/-]\d+)*|👨‍👩‍👧|🇨🇳|é")

    def atoms(of: str) -> list[str]:
        return [atom for atom in whole.findall(of) if len(atom.encode()) <= limit]

    if max((len(atom.encode()) for atom in re.findall(r"[!-~]+", text)), default=0) > limit:
        return  # a run of links and numbers without a break cannot stay whole
    assert [atom for piece in split(text, limit) for atom in atoms(piece)] == atoms(text)


def test_a_long_answer_is_cut_after_a_sentence():
    text = "每户每年最多提取一万六千八百元。" * 60

    pieces = split(text)

    assert len(pieces) == 2
    assert all(piece.endswith("。") for piece in pieces)
    assert len(pieces[0].encode()) <= LONGEST_BYTES


def test_an_empty_answer_is_no_message():
    assert split(" \n ") == ()
