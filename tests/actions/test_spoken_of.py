"""Whose 他的公积金 is meant."""

import pytest

from actions.spoken_of import named


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("我跟他离婚了",), "前夫的公积金还能用吗"),
        (("夫妻能一起还贷吗", "要是离婚了呢"), "前夫的公积金还能用吗"),
        (("离婚了 孩子归我",), "前夫的公积金还能用吗"),
        (("我老公上个月去世了",), "去世的老公的公积金还能用吗"),
        (("我和男朋友要买房", "还没定下来"), "没领证的男朋友的公积金还能用吗"),
        (("我对象没跟我登记呢",), "没领证的对象的公积金还能用吗"),
        (("我儿子上班了",), "儿子的公积金还能用吗"),
        (("我爸离婚了",), "爸的公积金还能用吗"),
    ],
)
def test_the_person_told_of_last_is_meant(said: tuple[str, ...], meant: str) -> None:
    assert named("他的公积金还能用吗", said) == meant


def test_she_is_the_former_wife() -> None:
    assert named("她账户里的能取吗", ("去年就离了",)) == "前妻账户里的能取吗"


@pytest.mark.parametrize("text", ["其他的公积金还能用吗", "我老公说他的公积金能用", "他们的公积金呢", "他手机号换了"])
def test_what_names_somebody_or_nobody_stays(text: str) -> None:
    assert named(text, ("我离婚了",)) == text


@pytest.mark.parametrize("said", [(), ("我离了职",), ("我离职了",), ("我离婚了", "租房", "贷款", "利率", "年限")])
def test_where_nobody_was_told_of_lately_nobody_is_put_in(said: tuple[str, ...]) -> None:
    assert named("他的公积金还能用吗", said) == "他的公积金还能用吗"


@pytest.mark.parametrize(
    ("said", "text", "meant"),
    [
        ("我父亲上个月去世了", "我父亲的公积金能取出来吗", "我去世的父亲的公积金能取出来吗"),
        ("我妈去年走了", "我妈的公积金谁来取", "我去世的妈的公积金谁来取"),
        ("我父亲上个月去世了", "我儿子的公积金能用吗", "我儿子的公积金能用吗"),
        ("我父亲退休了", "我父亲的公积金能取出来吗", "我父亲的公积金能取出来吗"),
        ("我父亲上个月去世了", "去世的父亲的公积金能取吗", "去世的父亲的公积金能取吗"),
    ],
)
def test_who_was_told_of_as_dead_is_named_so(said: str, text: str, meant: str) -> None:
    assert named(text, (said,)) == meant
