"""Assembles what 家家 knows: versions are built where the files have changed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.assembly.figures import shelf_of
from bot.clock import utc_now
from bot.progress import going_on
from bot.settings import Settings
from knowledge_base.content import load_content
from knowledge_base.desk import Desk
from knowledge_base.shelf import HOME_TRAINED

if TYPE_CHECKING:
    from knowledge_base.holding import Held


def ensure_knowledge(settings: Settings) -> None:
    """Build a version if the files changed; says what it waits for when something must be learned."""
    from knowledge_base.building import Builder  # PyTorch takes seconds to import; errors are told first
    from knowledge_base.holding import held

    sources, shelf = settings.knowledge.directory, shelf_of(settings)
    builder = Builder(sources, shelf, utc_now, settings.knowledge.encoder or HOME_TRAINED)
    if not builder.stale():
        return
    kept = held(shelf, Desk(sources, shelf.home, utc_now), builder)
    if kept:
        print(_why(kept), flush=True)
        return
    started = time.monotonic()
    print("▸ 整理政策知识(问法有变化时要训练,约 2–3 分钟)…", flush=True)
    with going_on(lambda: "还在整理政策知识"):
        manifest = builder.build()
    print(f"  知识版本 {manifest.version}:{manifest.entries} 条,用了 {time.monotonic() - started:.0f} 秒。", flush=True)


def _why(kept: "Held") -> str:
    publish = "python -m knowledge_base publish --by 名字"
    if kept.unreviewed:
        waiting = "、".join(kept.unreviewed)
        return f"▸ 知识里有改动还没有第二个人看过({waiting}),照旧用版本 {kept.version}。看过以后:{publish}"
    return f"▸ 有人退回了知识版本 {kept.version},照旧用它。要用文件里现在的内容:{publish}"


def questions_of(folder: Path) -> tuple[str, ...]:
    """Every curated question of the published entries: examples of asking about policy."""
    return tuple(question for entry in load_content(folder).entries for question in entry.questions())
