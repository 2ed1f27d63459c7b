"""A retriever with a handful of entries that answers by shared words: real enough to hold a conversation with."""

from dataclasses import dataclass, field, replace
from datetime import date

from bot.errors import KnowledgeUnavailable
from bot.knowledge import Decision, Finding, Hit, Query, Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """An entry, the words that find it, and the first and last day it may be served."""

    entry: Served
    words: tuple[str, ...]
    since: date = date(2000, 1, 1)
    until: date = date.max


def shelved(id_: str, title: str, screen: str, *words: str, since: date = date(2000, 1, 1)) -> Shelved:
    topic = id_.split("-")[0]
    return Shelved(
        entry=Served(id=id_, topic=topic, title=title, screen=screen, spoken=screen), words=words, since=since
    )


SHELF = (
    shelved(
        "withdrawal-rent-limit", "租房一年最多能提多少?", "商品房租房提取,公积金每户每年最多 16800 元。", "租房", "多少"
    ),
    shelved("withdrawal-rent-materials", "租房提取要什么材料?", "带身份证和银行卡。", "租房", "材料"),
    shelved(
        "loan-limit", "公积金贷款最多能贷多少?", "公积金贷款最高 90 万元。", "贷款", "多少", since=date(2024, 10, 8)
    ),
    shelved("loan-commercial", "商贷能用公积金还吗?", "商贷可以提取公积金偿还。", "商贷", "还"),
    shelved("loan-fund-repay", "公积金贷款怎么还?", "公积金贷款逐月还。", "公积金贷款", "还"),
)


@dataclass(slots=True)
class ShelfRetriever:
    """Scores by words; two words answer, one word asks which, none declines. Keeps the queries it was asked."""

    shelf: tuple[Shelved, ...] = SHELF
    closed: bool = False
    asked: list[Query] = field(default_factory=list)

    async def search(self, query: Query) -> Finding:
        if self.closed:
            raise KnowledgeUnavailable
        self.asked.append(query)
        text = query.text
        before = next((item for item in self.shelf if item.entry.id == query.entry), None)
        if before:
            text = f"{before.words[0]}{text}"
        hits = [
            Hit(entry=item.entry, score=sum(word in text for word in item.words) * 0.45)
            for item in self.shelf
            if item.since <= query.on <= item.until and any(word in text for word in item.words)
        ]
        hits.sort(key=lambda hit: -hit.score)
        kept = tuple(hits[: query.limit])
        if not kept:
            return Finding(decision=Decision.DECLINE, hits=(), version="v-test")
        decision = Decision.ANSWER if kept[0].score >= 0.9 else Decision.CLARIFY
        return Finding(decision=decision, hits=kept, version="v-test")

    async def entry(self, entry_id: str, on: date) -> Served | None:
        if self.closed:
            raise KnowledgeUnavailable
        kept = (item for item in self.shelf if item.entry.id == entry_id and item.since <= on <= item.until)
        return next((replace(item.entry) for item in kept), None)
