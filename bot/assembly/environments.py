"""Makes the two Python environments from their lock files; runs on a bare Python 3.11 before anything is installed."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.progress import going_on

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """One virtual environment: its folder, its lock file, and the Python it needs."""

    folder: str
    lock: str
    purpose: str
    minutes: int


OURS = Environment(".venv", "requirements.lock", "家家自己的环境(PyTorch 等)", 3)
RASA = Environment(".venv-rasa", "requirements-rasa.lock", "Rasa 的环境(Python 3.10)", 3)


def fingerprint(lock: Path, python: str) -> str:
    """Changes when the lock file or the interpreter does; the stamp in the folder is compared with it."""
    return hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()


def version_of(python: str) -> tuple[int, int] | None:
    """(major, minor) of an interpreter, or None when it does not run (a pyenv shim without a version set)."""
    try:
        command = [python, "-c", "import sys; print(*sys.version_info[:2])"]
        out = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.split()  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return (int(out[0]), int(out[1]))


def candidates_310(root: Path = ROOT) -> Iterator[str]:
    """Where a Python 3.10 may be: in the environment made earlier, on PATH, in pyenv's versions folder, known to uv."""
    made = root / RASA.folder / "bin" / "python"
    if made.exists():
        yield str(made)
    found = shutil.which("python3.10")
    if found:
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob("versions/3.10*/bin/python3.10"), reverse=True))
    uv = shutil.which("uv")
    if uv:
        command = [uv, "python", "find", "3.10"]
        out = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()  # noqa: S603
        if out:
            yield out


def python_310(root: Path = ROOT) -> str:
    """A running Python 3.10; uv installs one when there is none; exits with one clear line otherwise."""
    for candidate in candidates_310(root):
        if version_of(candidate) == (3, 10):
            return candidate
    uv = shutil.which("uv")
    if uv:
        print("▸ 没有找到 Python 3.10,请 uv 装一个…", flush=True)
    if uv and subprocess.run([uv, "python", "install", "3.10"], timeout=600, check=False).returncode == 0:  # noqa: S603
        for candidate in candidates_310(root):
            if version_of(candidate) == (3, 10):
                return candidate
    sys.exit(
        "缺少 Python 3.10(Rasa 需要)。装法任选其一:pyenv install 3.10;或 pipx install uv 后 uv python install 3.10。"
    )


def ensure(environment: Environment, python: str, root: Path = ROOT) -> None:
    """Create or update one environment if its lock file or interpreter changed; says what it waits for."""
    folder, lock = root / environment.folder, root / environment.lock
    stamp, wanted = folder / "jiajia.stamp", fingerprint(lock, str(version_of(python)))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    print(f"▸ 准备{environment.purpose} → {environment.folder}(第一次约 {environment.minutes} 分钟)…", flush=True)
    if not whole(folder, python):
        base = str(Path(python).resolve())  # a half-made environment does not make itself anew
        command = [base, "-m", "venv", "--clear", str(folder)]
        made = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        if made.returncode:
            print(made.stderr, file=sys.stderr)
            sys.exit(f"{python} 不能建虚拟环境:请先安装 venv 模块(Debian/Ubuntu:apt-get install python3-venv)。")
    install(folder, lock)
    stamp.write_text(wanted)
    print(f"  {environment.folder} 好了,用了 {time.monotonic() - started:.0f} 秒。", flush=True)


def whole(folder: Path, python: str) -> bool:
    """Tell whether an environment of this Python has been made to its end: its pip, which comes last, runs."""
    own = folder / "bin" / "python"
    if version_of(str(own)) != version_of(python):
        return False
    command = [str(own), "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0  # noqa: S603


def install(folder: Path, lock: Path) -> None:
    """pip install from a lock file; how far it is gets told, its index is the machine's.

    Modules are compiled when they are first used: most never are, and compiling all takes half of the installing.
    """
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    pip += ["--progress-bar", "off", "--no-compile"]
    pins = sum(bool(line.strip()) and not line.startswith("#") for line in lock.read_text().splitlines())
    for wanted, count in ((["wheel", "setuptools<81"], 2), (["-r", str(lock)], pins)):
        code, words = told([*pip, *wanted], folder.name, count)
        if code:
            print(words, file=sys.stderr)
            sys.exit(f"按 {lock.name} 安装没有成功,上面是 pip 的原话。网络恢复后再运行同一条命令,会接着装。")


def told(command: list[str], name: str, count: int) -> tuple[int, str]:
    """Run pip, telling how many of its packages it has reached; return its exit code and its last words.

    `name` is the environment's: two are made beside each other.
    """
    reached, last = 0, deque[str](maxlen=30)

    def state() -> str:
        if any(line.startswith("Installing collected") for line in last):
            return f"{name}:{count} 个包都取到了,正在装进去"
        return f"{name}:正在取第 {min(reached, count)}/{count} 个包"

    with (
        going_on(state),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,  # noqa: S603
    ):
        for line in pip.stdout or ():
            last.append(line)
            reached += line.startswith(("Collecting ", "Requirement already"))
    return pip.returncode, "".join(last)[-4000:]


def main() -> None:
    """`python3 -m bot.assembly.environments [ours|rasa|all]`."""
    parser = argparse.ArgumentParser(description="Make .venv and .venv-rasa from their lock files.")
    parser.add_argument("which", nargs="?", default="all", choices=["ours", "rasa", "all"])
    which = parser.parse_args().which
    if sys.version_info < (3, 11):  # noqa: UP036 - an older python3 may well be the one on PATH
        sys.exit(
            f"需要 Python 3.11 或更新({sys.executable} 是 {sys.version.split()[0]})。"
            "装有更新的话,写明是哪一个:make run PYTHON=python3.11"
        )
    rasas = python_310() if which in ("rasa", "all") else ""  # what is missing is told before minutes of installing
    wanted = [(OURS, sys.executable)] if which in ("ours", "all") else []
    wanted += [(RASA, rasas)] if rasas else []
    try:
        with ThreadPoolExecutor() as pool:  # beside each other: each uses one core and waits for the network
            for made in [pool.submit(ensure, environment, python) for environment, python in wanted]:
                made.result()
    except KeyboardInterrupt:
        sys.exit("\n已停止。再运行同一条命令,会接着装。")


if __name__ == "__main__":
    main()
