"""Finds a Vosk model on disk: a directory, or a published model's name in the models folder; says what is wrong."""

import hashlib
import sys
from pathlib import Path

from bot.errors import SpeechUnavailable

ACOUSTIC = ("am/final.mdl", "final.mdl")
HOW_TO_GET = (
    "在 alphacephei.com/vosk/models 下载 vosk-model-small-cn-0.22(42 MB)或 vosk-model-cn-0.22(1.3 GB),"
    "解压后把目录写进 JIAJIA_PHONE__MODEL"
)


def located(model: str, folder: Path) -> Path:
    """Return the model's directory; raises SpeechUnavailable saying what is missing and how to get it."""
    if not model:
        raise SpeechUnavailable(f"没有设置语音识别模型:{HOW_TO_GET}")
    for place in (Path(model), folder / model):
        if place.is_dir():
            if not any((place / file).is_file() for file in ACOUSTIC):
                raise SpeechUnavailable(f"{place} 不是完整的 Vosk 模型(缺 am/final.mdl):{HOW_TO_GET}")
            return place
    raise SpeechUnavailable(f"找不到语音识别模型 {model}:{HOW_TO_GET}")


def checksum(directory: Path) -> str:
    """Return the SHA-256 over every file of a model, names included; the operator pins it in the settings."""
    whole = hashlib.sha256()
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        whole.update(file.relative_to(directory).as_posix().encode() + b"\0")
        with file.open("rb") as opened:
            whole.update(hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest()


def verified(directory: Path, expected: str) -> Path:
    """Return the directory when it is what was pinned (nothing pinned: any); raises SpeechUnavailable."""
    if expected and checksum(directory) != expected.lower():
        raise SpeechUnavailable(f"{directory} 与 JIAJIA_PHONE__MODEL_SHA256 不符,可能下载不完整或被改动")
    return directory


if __name__ == "__main__":
    print(checksum(Path(sys.argv[1])))
