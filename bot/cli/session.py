"""The terminal chat without the terminal: a line goes in, a page to show comes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias, cast

from bot.answers import Question, Reply
from bot.answers.assistant import Assistant
from bot.answers.curated_texts import localized
from bot.cli.stdin_lines import encodable
from bot.knowledge import Entry, Interview, Language, Section
from bot.text import LANGUAGES, Texts

CONVERSATION = "terminal"
_NUMBER = re.compile(r"(\d{1,4})[.)、。]?")

Choice: TypeAlias = Interview | Section | Entry


@dataclass(frozen=True, slots=True)
class Listing:
    """Something to choose from by number."""

    title: str
    """Line above the choices."""
    items: tuple[tuple[str, str], ...]
    """Label and note of each item; the note may be empty."""
    hint: str
    """How to choose."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Plain words of the chat itself."""

    lines: tuple[str, ...]
    """What to print, one line per item."""


Page: TypeAlias = Reply | Listing | Notice


class Session:
    """One person's chat: knows the language and what the numbers stand for."""

    def __init__(self, assistant: Assistant, texts: Texts, language: Language) -> None:
        """Begin in `language`; every answer sets it anew until `/lang` fixes one."""
        self.assistant = assistant
        self.texts = texts
        self.language: Language = language
        self.over = False
        self._fixed = False
        self._choices: Sequence[Choice] = ()

    def say(self, key: str, **values: object) -> str:
        """Return one of the terminal's own texts."""
        return self.texts(self.language, f"terminal.{key}", **values)

    def handle(self, line: str) -> Page:
        """Return what to show for a line that isn't empty."""
        line = encodable(line).strip()
        number = _NUMBER.fullmatch(unicodedata.normalize("NFKC", line))
        if number:
            return self._choose(int(number[1]))
        name, _, argument = line.partition(" ")
        if name in COMMANDS:
            return COMMANDS[name](self, argument.strip())
        if re.fullmatch(r"/[A-Za-z]*", name):
            close = get_close_matches(name.lower(), COMMANDS, n=1)
            return Notice((self.say("unknown_command", command=name, close=close[0] if close else "/help"),))
        return self._ask(line)

    def welcome(self) -> Notice:
        """Return what is above the first question."""
        interviews = self.assistant.knowledge.interviews
        titles = " · ".join(localized(interview.title, self.language) for interview in interviews)
        return Notice((titles, self.say("welcome")))

    def _ask(self, text: str) -> Reply:
        reply = self.assistant.reply(Question(text, CONVERSATION, self.language))
        if self._fixed:
            reply = reply.in_language(self.language)
        return self._remember(reply)

    def _remember(self, reply: Reply) -> Reply:
        """Note the language of a reply, and which entries the next numbers choose from."""
        self.language = reply.language
        knowledge = self.assistant.knowledge
        if reply.answers:
            self._choices = knowledge.related(reply.answers[0].entry)
        else:
            self._choices = [scored.entry for scored in reply.suggestions]
        return reply

    def _choose(self, number: int) -> Page:
        if not 1 <= number <= len(self._choices):
            return Notice((self.say("no_such_number", number=number),))
        match self._choices[number - 1]:
            case Interview() as interview:
                return self._sections(interview)
            case Section() as section:
                return self._list(localized(section.title, self.language), section.entries)
            case Entry() as entry:
                return self._open(entry)

    def _open(self, entry: Entry) -> Reply:
        return self._remember(self.assistant.show(entry, self.language, CONVERSATION))

    def _sections(self, interview: Interview) -> Listing:
        return self._list(localized(interview.title, self.language), interview.sections)

    def _list(self, title: str, choices: Sequence[Choice]) -> Listing:
        self._choices = choices
        return Listing(title, tuple(map(self._item, choices)), self.say("choose"))

    def _item(self, choice: Choice) -> tuple[str, str]:
        if isinstance(choice, Entry):
            return localized(choice.question, self.language), ""
        entries = list(choice.entries()) if isinstance(choice, Interview) else choice.entries
        return localized(choice.title, self.language), self.say("questions", count=len(entries))

    def topics(self, _: str) -> Page:
        """List the interviews, or the sections of the only one."""
        interviews = self.assistant.knowledge.interviews
        return self._sections(interviews[0]) if len(interviews) == 1 else self._list(self.say("interviews"), interviews)

    def change_language(self, wanted: str) -> Notice:
        """Fix the language of the answers, or let it follow the questions again."""
        names = {name.lower(): name for name in LANGUAGES}
        if wanted.lower() in names:
            self.language = cast("Language", names[wanted.lower()])
            self._fixed = True
            return Notice((self.say("language_fixed"),))
        if wanted.lower() == "auto":
            self._fixed = False
            return Notice((self.say("language_follows"),))
        return Notice((self.say("language_choices", choices=" ".join((*LANGUAGES, "auto"))),))

    def help(self, _: str) -> Notice:
        """Explain the chat and its commands."""
        width = max(map(len, COMMANDS))
        commands = (f"{name:<{width}}  {self.say(f'help.{name[1:]}')}" for name in COMMANDS)
        return Notice((self.say("help_intro"), "", *commands))

    def leave(self, _: str) -> Notice:
        """End the chat."""
        self.over = True
        return Notice((self.texts(self.language, "smalltalk.goodbye"),))


COMMANDS: Mapping[str, Callable[[Session, str], Page]] = {
    "/topics": Session.topics,
    "/lang": Session.change_language,
    "/help": Session.help,
    "/quit": Session.leave,
}
