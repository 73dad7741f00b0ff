"""How the code is built: sizes, layers, documentation, and a net that reaches nowhere."""

from __future__ import annotations

import ast
import socket
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.configuration import variable_names
from tests.builders import ROOT

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
CODE = sorted((ROOT / "bot").rglob("*.py"))
ALL = [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Count a function's lines that are neither blank, nor comment, nor its docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    skipped = set(range(function.body[0].lineno, (function.body[0].end_lineno or 0) + 1)) if documented else set()
    numbers = range(function.lineno, (function.end_lineno or function.lineno) + 1)
    return sum(
        number not in skipped and bool(text := lines[number - 1].strip()) and not text.startswith("#")
        for number in numbers
    )


@pytest.mark.parametrize("path", ALL, ids=name)
def test_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert code_lines(node, lines) <= LONGEST_FUNCTION, f"{node.name} in line {node.lineno}"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def test_only_the_telegram_edge_imports_the_library() -> None:
    importing = {path for path in CODE if any(module.split(".")[0] == "telegram" for module in imported(path))}
    assert importing
    assert {path for path in importing if "bot/telegram/" not in path.as_posix()} == set()


@pytest.mark.parametrize(
    ("contract", "free"),
    [
        ("Only the Telegram edge knows Telegram", {"__main__", "cli", "telegram"}),
        ("Only the store knows databases", {"__main__", "storage"}),
    ],
)
def test_every_module_is_held_to_the_import_contracts(contract: str, free: set[str]) -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = [one for one in project["tool"]["importlinter"]["contracts"] if one["name"] == contract]
    modules = {
        path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {f"bot.{module}" for module in modules - free - {"__init__"}} == set(found["source_modules"])


def test_a_module_name_occurs_once() -> None:
    names = Counter(path.name for path in CODE if path.name != "__init__.py")
    assert [module for module, count in names.items() if count > 1] == []


def test_imports_are_never_relative() -> None:
    relative = [
        name(path) for path in ALL for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def undocumented_fields(node: ast.ClassDef) -> Iterator[str]:
    """Yield the fields that no string follows."""
    for field, following in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        documented = (
            isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        )
        if not documented and not field.target.id.startswith("_"):
            yield field.target.id


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_the_fields_of_public_dataclasses_say_what_they_hold() -> None:
    missing = [
        f"{name(path)}: {node.name}.{field}"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and is_dataclass(node) and not node.name.startswith("_")
        for field in undocumented_fields(node)
    ]
    assert missing == []


def test_every_setting_is_explained_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for variable in variable_names():
        (at,) = [at for at, line in enumerate(lines) if line.lstrip("# ").startswith(f"{variable}=")]
        assert lines[at - 1].startswith("#"), f"{variable} isn't explained"


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match=r"tried to reach 192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))
