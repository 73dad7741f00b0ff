"""`chat`: the conversation in the terminal, or one question per line where there is none."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType

from bot import compose
from bot.answers.curated_texts import localized
from bot.cli.screen import QUIET, Screen, plain_page
from bot.cli.session import COMMANDS, Page, Session
from bot.cli.stdin_lines import stdin_lines
from bot.cli.terminal_locale import locale_language
from bot.configuration import Settings

HISTORY = "terminal-history"
"""File of the data folder with the questions that were typed."""


def add_arguments(parser: ArgumentParser) -> None:
    """Define nothing: the chat needs no arguments."""


def run(_: Namespace, settings: Settings) -> int:
    """Chat until the person leaves or the input ends."""
    texts, language = compose.texts(settings), locale_language(os.environ)
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        converse(stdin_lines(), Session(compose.assistant(settings), texts, language))
        return 0
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(texts(language, "terminal.loading"), style=QUIET, end="\r")
    session = Session(compose.assistant(settings), texts, language)
    console.control(Control((ControlType.ERASE_IN_LINE, 2)))
    converse_with_person(session, console, _history(settings))
    return 0


def converse(lines: Iterable[str], session: Session) -> None:
    """Answer lines as they come, in plain text, an empty line between two answers."""
    for number, line in enumerate(lines):
        page = session.handle(line)
        separator = "\n" if number else ""
        print(separator + plain_page(page, session.assistant.knowledge, session.texts), flush=True)
        if session.over:
            return


def converse_with_person(session: Session, console: Console, history: History) -> None:
    """Prompt for lines and show pages."""
    prompt: PromptSession[str] = PromptSession(
        history=history,
        auto_suggest=AutoSuggestFromHistory(),
        completer=Suggestions(session),
        key_bindings=_keys(),
        reserve_space_for_menu=6,
    )
    _show(session.welcome(), session, console)
    while not session.over:
        mark = FormattedText([("ansicyan bold", "› ")])
        placeholder = FormattedText([("ansibrightblack", session.say("placeholder"))])
        try:
            line = prompt.prompt(mark, placeholder=placeholder)
        except EOFError:
            line = "/quit"
        if line.strip():
            _show(session.handle(line), session, console)


def _show(page: Page, session: Session, console: Console) -> None:
    screen = Screen(session.assistant.knowledge, session.texts, console.width)
    for line in screen.lines(page):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


class Suggestions(Completer):
    """Completes commands while they are typed, and questions that contain the words so far on Tab."""

    def __init__(self, session: Session) -> None:
        """Complete what `session` understands."""
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield the completions of the whole line."""
        typed = document.text_before_cursor.lstrip()
        if typed.startswith("/"):
            for name in COMMANDS:
                if name.startswith(typed):
                    yield Completion(name, -len(typed), display_meta=self.session.say(f"help.{name[1:]}"))
        elif complete_event.completion_requested:
            yield from self._questions(typed)

    def _questions(self, typed: str) -> Iterator[Completion]:
        words = typed.lower().split()
        for entry in self.session.assistant.knowledge.by_key.values():
            question = localized(entry.question, self.session.language)
            if all(word in question.lower() for word in words):
                yield Completion(question, -len(typed))


def _keys() -> KeyBindings:
    """Make Ctrl-C clear the line, and leave where it is empty."""
    keys = KeyBindings()

    @keys.add("c-c")
    def clear_or_leave(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=EOFError)

    return keys


def _history(settings: Settings) -> History:
    """Keep the history in the data folder; without one that can be written, for this chat alone."""
    path = settings.data_dir / HISTORY
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
