"""The rules of the house that a machine can hold: the star, the homes, the sizes, the two boundaries."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPOKES = ("knowledge_base", "actions", "channels", "voice")
FOLDERS = ("bot", *SPOKES)
ASSEMBLIES = (
    "bot/assembly/",
    "bot/__main__.py",
    "bot/store/migrate.py",
    "channels/wechat/__main__.py",
    "knowledge_base/__main__.py",
    "voice/__main__.py",
)
HOMES = {
    "structlog": ("bot/log.py",),
    "pydantic": ("bot/settings.py", "bot/sections.py"),
    "pydantic_settings": ("bot/settings.py", "bot/sections.py"),
    "sentence_transformers": ("knowledge_base/",),
    "faiss": ("knowledge_base/",),
    "jieba": ("knowledge_base/",),
    "opencc": ("bot/plain.py",),
    "rasa_sdk": ("actions/",),
    "rasa": ("bot/rasa_parts/",),
    "wechatpy": ("channels/",),
    "vosk": ("voice/",),
    "alembic": ("bot/store/",),
    "sanic": ("bot/rasa_parts/",),
    "requests": (),
}
STORES = ("bot/store/", "actions/business/sandbox/")  # the stand-in core system is a database with a door
DEFINITIONS = {"Index"}  # SQLAlchemy hangs an index on its table by calling it
HEAVY = {"torch", "faiss", "transformers", "sklearn", "rasa_sdk", "vosk", "wechatpy", "jieba"}
BOUNDARIES = ("bot/conversation.py", "actions/base.py")
BARE_RAISERS = (  # vosk and tokenizers raise the bare Exception class for a model they cannot load
    "knowledge_base/encoder.py",
    "voice/vosk_recognizer.py",
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "core", "misc"}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40


def modules() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "__pycache__" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def is_assembly(path: Path) -> bool:
    return name(path).startswith(ASSEMBLIES)


def every_module(rule: Callable[[Path], None]) -> Callable[[], None]:
    """Hold all modules to a rule in one test, which names every module that breaks it."""

    def test() -> None:
        broken = []
        for path in modules():
            try:
                rule(path)
            except AssertionError as error:
                broken.append(f"{name(path)}: {str(error).splitlines()[0]}")
        assert not broken, "\n".join(broken)

    test.__name__ = rule.__name__
    return test


@every_module
def test_the_heart_imports_no_spoke_and_a_spoke_no_other(path):
    if is_assembly(path):
        return
    own = name(path).split("/")[0]
    strangers = {module for module in imported(path) if module.split(".")[0] in SPOKES and module.split(".")[0] != own}

    assert not strangers


@every_module
def test_nobody_but_an_assembly_imports_an_assembly_or_the_settings(path):
    if is_assembly(path):
        return

    assert not {module for module in imported(path) if module.startswith(("bot.assembly", "bot.settings"))}


def test_what_rasa_loads_knows_nothing_else_of_ours():
    """It runs in Rasa's own environment, where none of our other folders can be imported."""
    ours = {
        module
        for path in modules()
        if name(path).startswith("bot/rasa_parts/")
        for module in imported(path)
        if module.split(".")[0] in FOLDERS and not module.startswith("bot.rasa_parts")
    }

    assert not ours


@every_module
def test_every_library_is_imported_at_home_only(path):
    away = {
        module
        for module in imported(path)
        if (homes := HOMES.get(module.split(".")[0])) is not None and not name(path).startswith(homes or ("nowhere",))
    }

    assert not away


@every_module
def test_sql_is_spoken_in_store_modules_only(path):
    speaks = any(module.split(".")[0] == "sqlalchemy" for module in imported(path))

    assert not speaks or name(path).startswith(STORES) or "store" in path.stem


@every_module
def test_everything_is_caught_at_the_two_boundaries_only(path):
    if name(path) in BOUNDARIES + BARE_RAISERS:
        return
    broad = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]

    assert not broad


@every_module
def test_no_module_is_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@every_module
def test_no_function_is_too_long(path):
    long = {
        node.name: length
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }

    assert not long


@every_module
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path))


@every_module
def test_no_module_is_a_leftover(path):
    assert not FORBIDDEN_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)


@every_module
def test_nothing_happens_at_import(path):
    """No call of its own among the statements of a module, but for definitions; no `open`, no environment."""
    if path.parent.name in ("migrations", "versions") or path.name == "__main__.py":
        return
    bare = [
        node.lineno
        for node in tree(path).body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and not (isinstance(node.value.func, ast.Name) and node.value.func.id in DEFINITIONS)
    ]
    touching = [
        node.lineno
        for statement in tree(path).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "read_text", "read_bytes", "getenv", "connect")
    ]

    assert not bare + touching


@every_module
def test_nothing_asks_whether_it_is_being_tested(path):
    text = path.read_text(encoding="utf-8")

    assert "PYTEST_CURRENT_TEST" not in text
    assert not {module for module in imported(path) if module.split(".")[0] in ("pytest", "unittest", "tests")}


def test_importing_the_heart_is_cheap_and_touches_nothing():
    """A fresh interpreter imports every module of the heart; nothing heavy comes along."""
    heart = [name(path)[:-3].replace("/", ".") for path in modules() if name(path).startswith("bot/")]
    elsewhere = ("assembly", "__main__", "migrations", "rasa_parts")  # programs, and what only Rasa's Python can import
    wanted = [one for one in heart if not any(part in one for part in elsewhere)]
    code = (
        "import sys, importlib\n"
        f"for one in {wanted!r}: importlib.import_module(one)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


def test_the_stand_in_core_system_starts_without_what_only_the_dialogue_needs():
    code = f"import sys, bot.__main__, bot.assembly.core_system\nprint(sorted({HEAVY!r} & set(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"
