"""Trains what is missing or stale and nothing that isn't: changed inputs decide, by hash."""

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.assembly.child import die_with_parent
from bot.assembly.rasa_process import LEAN, QUIET
from bot.errors import Misconfigured
from bot.progress import going_on

KEPT_MODELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Where the Rasa model is made: project root, working folder, Rasa's Python."""

    root: Path
    work: Path
    python: Path
    config: Path = Path("config.yml")

    @property
    def generated(self) -> Path:
        """The extra NLU file written from the knowledge base: its questions are examples of policy_question."""
        return self.work / "generated" / "policy_question.yml"

    def inputs(self) -> Iterable[Path]:
        """Every file the model is made from."""
        yield self.root / self.config
        yield self.root / "domain.yml"
        yield self.root / "requirements-rasa.lock"
        yield from sorted((self.root / "nlu_data").rglob("*.yml"))
        yield self.generated

    def model(self) -> Path:
        """Where the model of the present inputs is, or would be."""
        digest = hashlib.sha256()
        for path in self.inputs():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return self.work / "models" / f"{digest.hexdigest()[:16]}.tar.gz"


def write_examples(training: Training, questions: Iterable[str]) -> None:
    """Write the knowledge base's questions as NLU examples; untouched when they are the same."""
    wishes = _own_examples(training.root / "nlu_data" / "nlu")
    fresh = {question for question in questions if _letters(question) not in wishes}
    lines = "".join(f"    - {question}\n" for question in sorted(fresh))
    text = f'version: "3.1"\nnlu:\n- intent: policy_question\n  examples: |\n{lines}'
    if training.generated.exists() and training.generated.read_text(encoding="utf-8") == text:
        return
    training.generated.parent.mkdir(parents=True, exist_ok=True)
    training.generated.write_text(text, encoding="utf-8")


def _own_examples(folder: Path) -> set[str]:
    """What nlu_data says already: 转人工 stays a wish although an entry may list it as a question."""
    found = (line for path in folder.glob("*.yml") for line in path.read_text(encoding="utf-8").splitlines())
    examples = (line.strip()[2:] for line in found if line.startswith("      - "))
    return {_letters(re.sub(r"\[([^\]]*)\]\([a-z_]+\)", r"\1", example)) for example in examples}


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def ensure_model(training: Training) -> Path:
    """The model of the present inputs, trained now if it does not exist."""
    with training_begun(training) as model:
        return model()


@contextmanager
def training_begun(training: Training) -> Iterator[Callable[[], Path]]:
    """Train the model of the present inputs, if there is none, while the block does something else.

    What the block is given waits for the model and returns it; a block that fails leaves no training behind.
    """
    model = training.model()
    if model.exists():
        yield lambda: model
        return
    started = time.monotonic()
    print("▸ 训练对话模型(约 2 分钟)…", flush=True)
    log = training.work / "log" / "rasa-train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(training.python), "-m", "bot.rasa_parts.training", "train", "--force", "--domain", "domain.yml"]
    command += ["--config", str(training.config), "--data", "nlu_data", str(training.generated.parent)]
    command += ["--out", str(model.parent), "--fixed-model-name", model.name.removesuffix(".tar.gz")]
    environment = {**os.environ, **QUIET, **LEAN}
    with log.open("wb") as out, going_on(lambda: "还在训练对话模型"):
        process = subprocess.Popen(  # noqa: S603
            command, cwd=training.root, env=environment, stdout=out, stderr=out, preexec_fn=die_with_parent
        )

        def made() -> Path:
            if process.wait() or not model.exists():
                raise Misconfigured(f"对话模型没有训练成功,Rasa 的原话在 {log}")
            print(f"  对话模型好了,用了 {time.monotonic() - started:.0f} 秒。", flush=True)
            _forget_old(model)
            return model

        try:
            yield made
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _forget_old(model: Path) -> None:
    models = sorted(model.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        old.unlink()
