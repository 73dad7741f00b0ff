"""The documents for contributors name what is there: files, packages, layers, commands, benchmarks, settings."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bot.cli.main import DEFAULT, parser_for
from bot.configuration import variable_names
from tests.benchmarks.__main__ import RUNS
from tests.builders import ROOT

ARCHITECTURE = "docs/architecture.md"
CONTRIBUTING = "CONTRIBUTING.md"
NOTICES = "THIRD_PARTY_NOTICES.md"
TRAINING = "evaluation/README.md"
DOCUMENTS = (ARCHITECTURE, CONTRIBUTING, NOTICES, TRAINING)

FOLDERS = (".ci", "bot", "config", "deploy", "docs", "evaluation", "knowledge", "tests")
PLACEHOLDER = "NN-"
"""What stands in the documents for the number of a section's file."""

SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"`(?:\.venv/bin/)?python -m bot(?: ([^`\n]+))?`")
BENCHMARK = re.compile(r"python -m tests\.benchmarks(?: ([\w-]+))?")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
TRICK = re.compile(r"^\| (?P<trick>.+?) \| (?P<where>.+?) \| (?P<figure>.+?) \| (?P<benchmark>.+?) \|$", re.MULTILINE)


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def named_paths(document: str) -> list[str]:
    """Return the paths that a document names: spans that begin with a folder of the project, or end like a file."""
    spans = [span for span in SPAN.findall(text_of(document)) if not re.search(r"\s", span)]
    in_folders = [span for span in spans if "/" in span and span.split("/")[0] in FOLDERS]
    files = [span for span in spans if "/" not in span and (ROOT / span).suffix in {".md", ".toml"}]
    return sorted({*in_folders, *files})


def exists(path: str) -> bool:
    return any(ROOT.glob(path.rstrip("/").replace(PLACEHOLDER, "[0-9][0-9]-").replace("section", "*")))


def section(document: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one of its kind."""
    _, found, rest = text_of(document).partition(f"\n## {heading}\n")
    assert found, heading
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    paths = named_paths(document)
    assert paths
    assert [path for path in paths if not exists(path)] == []


def test_every_package_is_named_with_what_it_is_for() -> None:
    rows = re.findall(r"^\| `(bot/[\w/]+/)` \| \S", section(ARCHITECTURE, "Where things live"), re.MULTILINE)
    packages = {f"{path.parent.relative_to(ROOT).as_posix()}/" for path in (ROOT / "bot").rglob("__init__.py")}
    assert sorted(rows) == sorted(packages - {"bot/"})


def test_every_module_beside_the_packages_is_named() -> None:
    text = section(ARCHITECTURE, "Where things live")
    modules = [path.name for path in (ROOT / "bot").glob("*.py") if not path.name.startswith("__")]
    assert [name for name in modules if f"`bot/{name}`" not in text] == []


def test_the_layers_are_those_that_the_imports_are_checked_against() -> None:
    project: dict[str, Any] = tomllib.loads(text_of("pyproject.toml"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    shown = re.search(r"^```layers\n(.*?)^```$", section(ARCHITECTURE, "Layers"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert shown[1].splitlines() == contract["layers"]


@pytest.mark.parametrize("document", [ARCHITECTURE, CONTRIBUTING])
def test_every_command_that_is_named_is_understood(document: str) -> None:
    calls = [shlex.split(call) for call in COMMAND.findall(text_of(document))]
    assert calls
    for words in calls:
        command = words[0] if words else DEFAULT
        assert parser_for(command).parse_args(words or [DEFAULT]).command == command


@pytest.mark.parametrize("document", [ARCHITECTURE, CONTRIBUTING])
def test_every_benchmark_that_is_named_exists(document: str) -> None:
    named = set(BENCHMARK.findall(text_of(document))) - {"", "--help"}
    assert named
    assert named <= set(RUNS)


def contents(path: str) -> str:
    """Return what stands in a file, in the modules of a folder, or in all files of a pattern."""
    found = [file for each in ROOT.glob(path) for file in (each.glob("*.py") if each.is_dir() else [each])]
    return "\n".join(file.read_text(encoding="utf-8") for file in found)


def test_what_to_look_for_is_in_every_file_that_is_named_for_it() -> None:
    rows = [row.split(" | ") for row in section(ARCHITECTURE, "Where to change what").splitlines() if "` | `" in row]
    assert len(rows) > 30
    missing = [
        (what, path)
        for what, where, word in rows
        for path in SPAN.findall(where)
        if SPAN.findall(word)[0] not in contents(path)
    ]
    assert missing == []


def test_nothing_is_named_twice_among_what_to_change() -> None:
    named = re.findall(r"^\| (.+?) \|", section(ARCHITECTURE, "Where to change what"), re.MULTILINE)
    assert len(named) == len(set(named))


def test_every_trick_has_a_place_a_figure_and_a_benchmark() -> None:
    tricks = list(TRICK.finditer(section(ARCHITECTURE, "Tricks, and what they buy")))[2:]
    assert len(tricks) > 10
    for trick in tricks:
        assert SPAN.search(trick["where"]), trick["trick"]
        assert trick["figure"].strip(), trick["trick"]
        measured_by = trick["benchmark"]
        assert measured_by == "none" or COMMAND.match(measured_by) or BENCHMARK.search(measured_by), trick["trick"]


def test_words_are_explained_once_and_in_order() -> None:
    words = re.findall(r"^\| (.+?) \|", section(ARCHITECTURE, "Words"), re.MULTILINE)[2:]
    assert words == sorted(set(words), key=str.casefold)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_settings_that_are_named_exist(document: str) -> None:
    assert set(re.findall(r"\bBOT_[A-Z_]+", text_of(document))) <= set(variable_names())


def anchors(document: Path) -> set[str]:
    """Return what a link into a document can name: headings as GitHub spells them, and ids."""
    text = document.read_text(encoding="utf-8")
    spelt = {re.sub(r"[^\w\- ]", "", line).strip().replace(" ", "-").lower() for line in HEADING.findall(text)}
    return spelt | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for link in (unquote(link) for link in LINK.findall(text_of(document)) if "://" not in link):
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", ["README.md", "README.en.md"])
def test_the_readme_leads_to_map_guide_and_licence(document: str) -> None:
    links = {link.partition("#")[0] for link in LINK.findall(text_of(document))}
    assert {ARCHITECTURE, CONTRIBUTING, "LICENSE", NOTICES} <= links


def test_the_licence_is_the_one_that_the_package_names() -> None:
    project: dict[str, Any] = tomllib.loads(text_of("pyproject.toml"))["project"]
    assert project["license"] == "MIT"
    assert project["license-files"] == ["LICENSE", NOTICES]
    assert text_of("LICENSE").startswith("MIT License\n")
    assert "the authors of interview-bot" in text_of("LICENSE")


def test_the_word_list_of_others_is_shipped_with_its_notice() -> None:
    assert all(f"`config/matching/{name}.txt`" in text_of(NOTICES) for name in ("english", "rarer_english"))
    for owner in ("Kevin Atkinson", "Princeton University", "Benjamin Titze", "Geoff Kuenning"):
        assert owner in text_of(NOTICES)
