"""Times retrieval at size beside BM25 alone: `python -m tests.bench.retrieval --entries 10000`, after a build."""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import knowledge_base
from knowledge_base.edition import Edition, load_edition
from knowledge_base.exam import Exam
from knowledge_base.finder import Finder, build_seeker
from knowledge_base.shelf import Shelf
from knowledge_base.signals import Asked, cut

FOLDER = Path(knowledge_base.__file__).parent
WAYS = (
    "{a}的{b}怎么办理",
    "{b}{a}要什么材料",
    "{a}能不能{b}",
    "请问{a}{b}多久到账",
    "{a}{b}在哪里办",
    "办{a}时{b}不对怎么办",
)
ROUNDS = 400


def grown(asked: Sequence[Asked], entries: int, each: int, words: Sequence[str], seed: int = 5) -> list[Asked]:
    """Add made-up entries until there are so many; their words are everyday words mixed with the fund's own."""
    chance = random.Random(seed)
    own = [question for entry in asked for question in entry.questions]
    more = list(asked)
    while len(more) < entries:
        subject, matter = chance.choice(words) + chance.choice(words), chance.choice(words)
        made = [chance.choice(WAYS).format(a=subject, b=matter) for _ in range(each - 1)]
        made.append(subject + chance.choice(own))
        more.append(Asked(id=f"made-{len(more)}", topic="made", questions=tuple(dict.fromkeys(made))))
    return more


def timed(find: Callable[[str], str], probes: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Ask the probes in turn and return milliseconds and the share answered rightly."""
    spent, right = [], []
    for entry, text in (probes * (ROUNDS // len(probes) + 1))[:ROUNDS] if len(probes) < ROUNDS else probes[:ROUNDS]:
        started = time.perf_counter()
        right.append(find(text) == entry)
        spent.append((time.perf_counter() - started) * 1000)
    p50, p95, p99 = np.percentile(spent, [50, 95, 99])
    return {"p50_ms": float(p50), "p95_ms": float(p95), "p99_ms": float(p99), "top1": float(np.mean(right))}


def measure(edition: Edition, entries: int, each: int) -> dict[str, dict[str, float]]:
    """Build a grown base and time the finder and BM25 over characters on it, in the same run."""
    seeker = edition.finder.seeker
    everyday = seeker.reading.frequencies()
    words = sorted((word for word in everyday if len(word) == 2), key=lambda word: -everyday[word])[:6000]
    started = time.perf_counter()
    big = build_seeker(grown(seeker.asked, entries, each, words), seeker.reading, seeker.encoder)
    seconds = time.perf_counter() - started
    finder = Finder(big, edition.finder.fusion, edition.finder.gatekeeper)
    chars = big.index.views["chars"]

    def bm25(text: str) -> str:
        scores = chars.scores(chars.weigh(cut(big.reading, text)["chars"]))
        return big.asked[int(np.searchsorted(big.index.starts, int(scores.argmax()), side="right")) - 1].id

    probes = list(Exam.load(FOLDER).probes)
    random.Random(5).shuffle(probes)
    finder.find("热身")
    return {
        "base": {"entries": len(big.asked), "questions": sum(len(a.questions) for a in big.asked), "seconds": seconds},
        "finder": timed(lambda text: finder.find(text).entries[0], probes),
        "bm25 alone": timed(bm25, probes),
    }


def main() -> None:
    """Print one line per measured base."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var/knowledge"))
    parser.add_argument("--entries", type=int, nargs="+", default=[0, 10_000])
    parser.add_argument("--each", type=int, default=6, help="questions of a made-up entry")
    options = parser.parse_args()
    shelf = Shelf(options.home)
    edition = load_edition(shelf, shelf.current())
    for entries in options.entries:
        print(json.dumps(measure(edition, entries, options.each), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
