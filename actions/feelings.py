"""Hears anger, legal steps and distress in a sentence, so that a person is offered before anything else."""

import re
from enum import StrEnum

from actions.wish import Result, opened, with_person
from bot.messages import Outcome


class Feeling(StrEnum):
    """What a sentence carries besides its question."""

    NONE = ""
    UPSET = "upset"
    LEGAL = "legal"
    ABUSE = "abuse"
    DANGER = "danger"


_SIGNS = (
    (
        Feeling.DANGER,
        re.compile(
            r"不想(?:再)?活|活不下去|活不了了|活够了|活着(?:也|真|都|就|还)?(?:没有?|不|还?有什么|有啥)(?:什么|啥)?(?:意思|意义|劲|用|盼头|如死)|(?:想|不如)死(?!亡)(?:的心|了|掉|算|$|(?=[,。!?]))|自杀|跳楼|轻生|割腕|寻短见|一了百了|了结(?:自己|生命|这辈子)|同归于尽"
        ),
    ),
    (
        Feeling.ABUSE,
        re.compile(
            r"傻[逼bB叉×x]|[sS][bB](?![a-zA-Z])|他妈的?(?=$|[,。!?])|(?<![爸他她我老])妈的(?=$|[,。!?\s])|特么|操你|滚蛋|去死(?!亡)"
            r"|垃圾(?!分类|费)|废物|智障|脑残|王八|狗屁|畜生|弱智|蠢货|混蛋"
        ),
    ),
    (
        Feeling.LEGAL,
        re.compile(
            r"(?:起诉|告|曝光|举报|投诉)你们|我要(?:去)?(?:起诉|曝光|维权|信访|上访|投诉|举报|找律师|找媒体|找记者|打官司)"
            r"|找律师告|律师函|行政复议|行政诉讼|信访|上访|给个说法|找媒体|找记者|纪委|法庭见"
            r"|曝光?(?:了)?(?:你们|他们|出去)|[发传挂捅]到?(?:网上|抖音|快手|微博|头条|朋友圈|媒体)"
        ),
    ),
    (
        Feeling.UPSET,
        re.compile(
            r"气死(?:我|人)?了?|凭[什啥]么?(?!.{0,3}[说查领取提])|(?:怎么|咋|为啥|为什么)(?:就|还)?这么(?:麻烦|慢|费劲|折腾)|太麻烦了|真麻烦|气人|很?生气|愤怒|恼火|太慢了|太差|太坑|坑人|(?:你们|都)是骗子|骗人|急死|受不了|崩溃|烦死|踢皮球|不作为"
            r"|破系统|什么破|什么态度|你真?(?:太|好|很)?[笨蠢傻](?!瓜)|太笨|[😡🤬👿]|糊弄|敷衍|没人(?:管(?![理的])|理(?!财)|回|接|搭理)|[说讲]人话|求求[你您]|跑了[好几两三四五六七八九十多]+趟|失望|无语"
        ),
    ),
)
_SERIOUS = re.compile(r"投诉|举报|起诉|律师|官司|仲裁|维权|曝光|12345|法院")
_FRAIL = re.compile(  # who may need a person to help them through
    r"腿脚不|走不动|行动不(?:方)?便|瘫|轮椅|下不了床|卧床|看不[见清]|盲人|耳朵背|听不[见清]|不识字|不认字|不会用(?:手机|机器|电脑)|弄不来"
)
CALMING = {
    Feeling.DANGER: (
        "听到您这么说,家家很担心您。您现在的安全最要紧:"
        "请马上拨打 110 或 120,也可以拨打全国统一心理援助热线 12356。我这就请同事来陪您说。"
    ),
    Feeling.ABUSE: "让您这么生气,家家很抱歉。我还在,愿意帮您把事情办好。",
    Feeling.LEGAL: "您的诉求家家会认真对待,现在就可以转人工,由同事记录并答复您。",
    Feeling.UPSET: "让您着急了,家家很抱歉。需要的话现在就可以转人工。",
}
TELL_ME = "是哪件事没办好?写一句给我,我先帮您看。"


def heard_in(text: str) -> Feeling:
    """Return the strongest feeling a sentence shows."""
    return next((feeling for feeling, sign in _SIGNS if sign.search(text)), Feeling.NONE)


def comforted(result: Result, text: str) -> Result:
    """Say a calm word first and offer a person at once, whatever was answered; nothing is said twice."""
    feeling = heard_in(text)
    if result.response.outcome is Outcome.HANDED_OFF or not (feeling or is_serious(text) or _FRAIL.search(text)):
        return result
    calm = CALMING.get(feeling, "")
    first = result.response.replies[0].text
    return with_person(opened(result, calm) if calm and not first.startswith(calm) else result)


def calmed(text: str) -> str:
    """Return `text` without the words that only carry a feeling: they find nothing and mislead the search."""
    plain = text
    for _, sign in _SIGNS:
        plain = sign.sub("", plain)
    return plain.strip(" ,。!") or text


def is_serious(text: str) -> bool:
    """Say whether a question mentions complaints or the law, so that a person is offered along with the answer."""
    return bool(_SERIOUS.search(text))
