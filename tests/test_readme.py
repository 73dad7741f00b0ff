"""The documentation: its commands run, its example loads, its tables are whole, its links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.cli.main import DEFAULT, parser_for
from bot.cli.session import COMMANDS as TERMINAL_COMMANDS
from bot.configuration import variable_names
from bot.evaluation.questions import read_questions
from bot.telegram.access.menus import FOR_ADMINS, FOR_ALL, FOR_GROUP_ADMINS
from tests.builders import ROOT, knowledge_of

pytestmark = pytest.mark.slow

READMES = ("README.md", "README.en.md")
CURATING = "knowledge/README.md"
DELIVERY = "docs/delivery.md"
DOCUMENTS = (*READMES, CURATING, DELIVERY, "CHANGELOG.md")

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`(python -m bot[^`\n]*)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
EXAMPLE = re.compile(r"^`([\w.-]+)`：\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = ["python", "-m", "bot"]


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(document: str, *languages: str) -> Iterator[str]:
    """Yield what stands in the fenced blocks of some languages."""
    for block in BLOCK.finditer(text_of(document)):
        if block[1] in languages:
            yield block[2]


def commands(document: str) -> Iterator[list[str]]:
    """Yield the arguments of every `python -m bot` that a document shows."""
    lines = [line for block in blocks(document, "bash", "bat") for line in block.splitlines()]
    for line in (*lines, *SPAN.findall(text_of(document))):
        words = shlex.split(line)
        if words[:3] == PROGRAM:
            yield words[3:]


SHOWN = sorted({shlex.join(words) for document in DOCUMENTS for words in commands(document)})
CHEAP = [call for call in SHOWN if call.startswith(("ask ", "knowledge show"))]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the variables of a process that has the shipped knowledge and none of this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "BOT_KNOWLEDGE_DIR": str(ROOT / "knowledge"),
        "BOT_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "COLUMNS": "80",
    }


def run(words: list[str], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words[1:]],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


@pytest.fixture
def with_vectors(environment: Mapping[str, str], pytestconfig: pytest.Config, shipped: object) -> Mapping[str, str]:
    """Let the process share the vectors that `shipped` has computed."""
    assert shipped
    cache = pytestconfig.cache
    return environment if cache is None else {**environment, "BOT_DATA_DIR": str(cache.mkdir("vectors-of-knowledge"))}


@pytest.mark.parametrize("call", SHOWN)
def test_every_command_that_is_shown_is_understood(call: str) -> None:
    words = shlex.split(call)
    if "--help" not in words:
        arguments = parser_for(words[0] if words else DEFAULT).parse_args(words)
        assert arguments.command == (words[0] if words else None)


@pytest.mark.parametrize("call", CHEAP)
def test_cheap_commands_run(call: str, with_vectors: Mapping[str, str], tmp_path: Path) -> None:
    done = run([*PROGRAM, *shlex.split(call)], with_vectors, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    if "--json" in call:
        assert json.loads(done.stdout)["status"] == "answered"
    else:
        assert len(done.stdout.splitlines()) > 5


def test_the_draft_runs(environment: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("大家好\n今天聊灯塔\n灯塔建于1870年\n", encoding="utf-8")
    (words,) = {tuple(words) for words in commands("README.md") if words[:2] == ["knowledge", "draft"]}
    done = run([*PROGRAM, *words], {**environment, "BOT_KNOWLEDGE_DIR": "knowledge"}, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "knowledge" / "my-talk" / "interview.yaml").is_file()


@pytest.mark.parametrize("document", READMES)
def test_the_help_that_is_shown_is_the_real_one(document: str, environment: Mapping[str, str], tmp_path: Path) -> None:
    (console,) = blocks(document, "console")
    line, _, shown = console.partition("\n")
    done = run(shlex.split(line.removeprefix("$ ")), environment, tmp_path)
    if sys.version_info < (3, 13):  # argparse gives long names another column from 3.13 on
        assert done.stdout == shown
    assert done.stdout.split() == shown.split()


@pytest.mark.parametrize("document", READMES)
def test_make_targets_exist(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"\bmake (?:-s )?([a-z]+)$", "\n".join(blocks(document, "bash")), re.MULTILINE)
    assert set(targets) == {"run", "test"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize("document", READMES)
def test_the_table_of_settings_is_whole(document: str) -> None:
    rows = re.findall(r"^\| `(BOT_\w+)` \|", text_of(document), re.MULTILINE)
    assert sorted(rows) == sorted(variable_names())


@pytest.mark.parametrize("document", READMES)
def test_the_tables_of_commands_are_whole(document: str) -> None:
    rows = "\n".join(re.findall(r"^\| (`/.*?) \|", text_of(document), re.MULTILINE))
    shown = set(re.findall(r"`(/[a-z]+)", rows))
    assert shown == {f"/{name}" for name in (*FOR_ALL, *FOR_ADMINS, *FOR_GROUP_ADMINS)} | set(TERMINAL_COMMANDS)


def anchors(document: Path) -> set[str]:
    """Return what a link into a document can name: headings, as GitHub spells them, and ids."""
    text = document.read_text(encoding="utf-8")
    headings = (
        re.sub(r"[^\w\- ]", "", line).strip().replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    )
    return {*(heading.lower() for heading in headings), *re.findall(r'id="([^"]+)"', text)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_files_lead_somewhere(document: str) -> None:
    here = ROOT / document
    links = [unquote(link) for link in LINK.findall(text_of(document)) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = here.parent / path if path else here
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", READMES)
def test_pictures_are_small(document: str) -> None:
    pictures = [ROOT / link for link in LINK.findall(text_of(document)) if link.endswith(".png")]
    assert pictures
    assert all(picture.stat().st_size < 300_000 for picture in pictures)


@pytest.mark.parametrize("document", READMES)
def test_the_figures_can_be_found(document: str) -> None:
    text = text_of(document)
    assert text.count("<!-- figures -->") == text.count("<!-- /figures -->") == 1
    assert text.index("<!-- figures -->") < text.index("<!-- /figures -->")


def test_the_curators_example_loads(tmp_path: Path) -> None:
    files = dict(EXAMPLE.findall(text_of(CURATING)))
    home = tmp_path / "my-talk"
    home.mkdir()
    for name, content in files.items():
        (tmp_path if name == "lexicon.yaml" else home).joinpath(name).write_text(content, encoding="utf-8")
    (interview,) = knowledge_of(tmp_path).interviews
    speakers = {entry.id: entry.quotes[0].speaker.id for entry in interview.entries()}
    assert speakers == {"west-nuclear": "narrator", "asks-ai": "altman"}
    assert [topic.id for topic in interview.not_covered] == ["net-worth"]
    assert interview.uncovered == ()
    asked = read_questions(home / "questions.jsonl")
    quoted = {span for question in asked for topic in question.topics for span in topic.gold}
    assert quoted == {(2, 3), (5, 5)}
    assert {question.id for question in asked} == {"q1", "q2", "q3.1", "q3.2", "q4"}
