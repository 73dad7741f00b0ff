"""`knowledge`: check, show, draft and complete what is curated."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from bot import compose
from bot.answers import Decision, Reply, Scored
from bot.answers.plain import render
from bot.cli.export import export
from bot.cli.knowledge_upgrade import upgrade
from bot.configuration import Settings
from bot.errors import BotError, KnowledgeError, Problem
from bot.knowledge import Entry, Interview, Knowledge
from bot.knowledge.draft import draft, identifier
from bot.knowledge.load import inspect, load
from bot.matching.selftest import warnings
from bot.text import Texts


def add_arguments(parser: ArgumentParser) -> None:
    """Define the commands below `knowledge`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    checker = actions.add_parser(
        "check", help="verify the knowledge", description="Verifies the knowledge; tells every fault with its line."
    )
    checker.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="the folder; BOT_KNOWLEDGE_DIR by default")
    shower = actions.add_parser(
        "show", help="list the entries, or show one", description="Lists the entries, or shows one as readers get it."
    )
    shower.add_argument("entry", nargs="?", metavar="ENTRY", help="the entry's id, or INTERVIEW/ID")
    actions.add_parser(
        "vectors",
        help="keep the meaning of all texts beside them",
        description="Writes the vectors of all texts into the knowledge folder, to spare a fresh start the computing.",
    )
    actions.add_parser(
        "export",
        help="write what was approved in Telegram into the files",
        description="Writes the phrasings that admins approved in Telegram into the files, and changes nothing else.",
    )
    upgrader = actions.add_parser(
        "upgrade",
        help="rewrite folders in an older form",
        description="Rewrites folders whose entries still hold 'phrasings:' into today's files, and loses nothing.",
    )
    upgrader.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="a knowledge folder or an interview's; BOT_KNOWLEDGE_DIR by default",
    )
    drafter = actions.add_parser(
        "draft",
        help="begin a new interview",
        description="Writes a first draft of an interview's folder, for a person to curate.",
    )
    drafter.add_argument("transcript", type=Path, metavar="TRANSCRIPT", help="text file, a sentence a line")
    drafter.add_argument("--id", metavar="ID", help="name of the folder; by default the file's")


def run(arguments: Namespace, settings: Settings) -> int:
    """Do what the action says."""
    return ACTIONS[arguments.action](arguments, settings)


def check(arguments: Namespace, settings: Settings) -> int:
    """Load and verify; print what is covered, and warn of what readers may stumble over."""
    if arguments.folder is not None:
        settings = settings.model_copy(update={"knowledge_dir": arguments.folder})
    inspected = inspect(settings.knowledge_dir, compose.normaliser(settings))  # the files, never what a cache contains
    _warn(inspected.warnings)
    if inspected.knowledge is None:
        raise KnowledgeError(inspected.problems)
    matcher = compose.builder(settings).from_snapshot(inspected.knowledge)
    for interview in matcher.knowledge.interviews:
        print("\n".join(_coverage(interview)))
    found = list(warnings(matcher))
    _warn(found)
    count = len(inspected.warnings) + len(found)
    print(f"0 errors, {count} {'warning' if count == 1 else 'warnings'}")
    return 0


def _warn(problems: Iterable[Problem]) -> None:
    for problem in sorted(problems):
        print(problem, file=sys.stderr)


def _coverage(interview: Interview) -> Iterator[str]:
    entries = list(interview.entries())
    phrasings = sum(len(entry.phrasings) for entry in entries)
    covered = interview.substantive - len(interview.uncovered)
    share = 100 * covered / interview.substantive if interview.substantive else 100.0
    yield f"{interview.id}: {len(entries)} entries, {phrasings} phrasings"
    yield f"substantive lines covered: {covered}/{interview.substantive} ({share:.1f}%)"
    for line in interview.uncovered:
        yield f"  left over: line {line}: {interview.transcript.lines[line - 1]}"


def show(arguments: Namespace, settings: Settings) -> int:
    """Print the list of entries, or one entry in both languages."""
    knowledge = load(settings.knowledge_dir, compose.normaliser(settings))
    if arguments.entry is None:
        print("\n\n".join("\n".join(_contents(interview)) for interview in knowledge.interviews))
    else:
        entry = _find(knowledge, arguments.entry)
        print("\n\n".join(_as_read(entry, knowledge, compose.texts(settings))))
    return 0


def _contents(interview: Interview) -> Iterator[str]:
    yield f"{interview.id}  {interview.title.zh} ({interview.date})"
    width = max(len(entry.id) for entry in interview.entries())
    for section in interview.sections:
        yield f"  {section.id}  {section.title.zh}"
        for entry in section.entries:
            yield f"    {entry.id:<{width}}  {entry.question.zh}"


def _find(knowledge: Knowledge, wanted: str) -> Entry:
    found = [entry for key, entry in knowledge.by_key.items() if wanted in {key, entry.id}]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(entry.key for entry in found)
        raise BotError(f"the entry '{wanted}' is in more than one interview; say which: {keys}")
    ids = [entry.id for entry in knowledge.by_key.values()]
    close = get_close_matches(wanted, [*ids, *knowledge.by_key], n=1)
    hint = f"did you mean {close[0]}?" if close else "'knowledge show' lists them"
    raise BotError(f"there is no entry '{wanted}'; {hint}")


def _as_read(entry: Entry, knowledge: Knowledge, texts: Texts) -> Iterator[str]:
    yield f"{entry.key}  ({entry.file}:{entry.line})"
    answers = (Scored(entry, 1.0),)
    yield render(Reply(entry.question.zh, Decision("answered", "zh", answers)), knowledge, texts)
    yield render(Reply(entry.question.en, Decision("answered", "en", answers)), knowledge, texts)


def write_vectors(_: Namespace, settings: Settings) -> int:
    """Write the vectors file that ships with the knowledge."""
    print(compose.write_vectors(settings))
    return 0


def make_draft(arguments: Namespace, settings: Settings) -> int:
    """Write a draft's files into a new folder of the knowledge."""
    name = arguments.id or identifier(arguments.transcript.stem)
    if not name or identifier(name) != name:
        raise BotError(f"'{name}' can't name an interview; give one of a-z, 0-9 and '-' with --id")
    interview_dir = settings.knowledge_dir / name
    files = draft(arguments.transcript)
    try:
        interview_dir.mkdir(parents=True)
    except FileExistsError:
        raise BotError(f"{interview_dir} exists already and is left as it is; give another name with --id") from None
    for file, content in files.items():
        (interview_dir / file).write_bytes(content)
        print(interview_dir / file)
    print(f"Now write what is marked DRAFT; until then `knowledge check` refuses {interview_dir}.", file=sys.stderr)
    return 0


ACTIONS: Mapping[str, Callable[[Namespace, Settings], int]] = {
    "check": check,
    "show": show,
    "vectors": write_vectors,
    "draft": make_draft,
    "export": export,
    "upgrade": upgrade,
}
