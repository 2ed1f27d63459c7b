"""Reads how well the dialogue model understands: `tests.nlu.crossed` measures it in Rasa's own environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bot.assembly.rasa_process import LEAN, QUIET
from bot.errors import Misconfigured

LONGEST = 1800.0


def understanding(python: Path, root: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Return the rows of the table; unchanged data is not measured again."""
    command = [str(python), "-m", "tests.nlu.crossed", str(folder)]
    environment = {**os.environ, **QUIET, **LEAN}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=LONGEST, check=False)
    if done.returncode:
        raise Misconfigured("tests.nlu.crossed failed:\n" + done.stderr[-2000:].decode(errors="replace"))
    figures: dict[str, Any] = json.loads((folder / "nlu.json").read_text(encoding="utf-8"))
    rows = {
        "intents, 5 folds": _intents(figures["plain"]),
        "intents, strict folds": _intents(figures["strict"]),
        "intents, unlike wordings": _intents(figures["unlike"]),
        "intents, unlike wordings again": _intents(figures["unlike_again"]),
        "intents, strangers' wordings": _intents(figures["strangers"]),
        "intents, other trades": {
            "sets": float(len(figures["elsewhere"]) - 1),
            "macro_f1": float(figures["elsewhere"]["mean"]["ours"]),
            "tfidf_macro_f1": float(figures["elsewhere"]["mean"]["tfidf"]),
        },
        "entities": {f"{kind}_f1": float(row["f1"]) for kind, row in figures["entities"].items()},
    }
    for name in ("plain", "strict"):
        for one in figures[name].get("confused", ())[:5]:
            print(f"  {name}: {one['true']} taken for {one['taken_for']} {one['times']} times")
    return rows


def _intents(figures: dict[str, Any]) -> dict[str, float]:
    sentences = sum(int(one["sentences"]) for one in figures["intents"].values())
    return {
        "intents": float(len(figures["intents"])),
        "sentences": float(sentences),
        "macro_f1": float(figures["macro_f1"]),
        "accuracy": float(figures["accuracy"]),
    }
