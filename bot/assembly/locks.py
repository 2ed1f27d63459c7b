"""Writes the two lock files from requirements*.in: pip resolves in a fresh environment, its pins are kept."""

import subprocess
import sys
import tempfile

from bot.assembly.environments import ROOT, python_310

UNPINNED = {"pip", "setuptools", "wheel"}


def pins(python: str, inputs: list[str]) -> list[str]:
    """`name==version` of everything pip resolves for these inputs; local build tags (+cpu) are cut off."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)  # noqa: S603
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "wheel", "setuptools<81"], check=True)  # noqa: S603
        if "requirements.in" in inputs:  # PyTorch first: a later resolution must not replace its CPU build
            subprocess.run([*pip, "install", "torch==2.13.0"], check=True)  # noqa: S603
        subprocess.run([*pip, "install", *(f"-r{ROOT / name}" for name in inputs)], check=True)  # noqa: S603
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    lines = (line.split("+")[0].strip() for line in frozen.splitlines() if "==" in line)
    return sorted((line for line in lines if line.split("==")[0] not in UNPINNED), key=str.lower)


def write(lock: str, python: str, inputs: list[str]) -> None:
    """Replace one lock file; a resolution that fails leaves the old one."""
    head = f"# Made by `make lock` from {', '.join(inputs)}. Pins only: the index is the machine's own.\n"
    print(f"▸ pip 重新解析 {', '.join(inputs)}(几分钟)…", flush=True)
    lines = pins(python, inputs)
    (ROOT / lock).write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{lock} 已更新")


if __name__ == "__main__":
    write("requirements.lock", sys.executable, ["requirements.in", "requirements-dev.in"])
    write("requirements-rasa.lock", python_310(), ["requirements-rasa.in"])
