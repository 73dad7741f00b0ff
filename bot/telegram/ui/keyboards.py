"""The buttons below messages; pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.reply import Reply
from bot.answers.wording import shown
from bot.knowledge.model import Entry, Knowledge, Language
from bot.telegram.client.send import Destination
from bot.telegram.ui.buttons import Answer, Button, Context, Delete, Quotes, Vote, data
from bot.telegram.ui.short_ids import code, ref
from bot.text import Texts

LABEL = 60
"""Characters of a label; phones show fewer, and nobody reads more."""
RELATED = 3
"""Related questions below an answer."""


def label(text: str) -> str:
    """Cut a button's text to a sensible length."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL else f"{line[: LABEL - 1].rstrip()}…"


def button(text: str, does: Button) -> InlineKeyboardButton:
    """Make one button."""
    return InlineKeyboardButton(label(text), callback_data=data(does))


@dataclass(frozen=True, slots=True)
class Below:
    """What the buttons of a reply depend on besides what it says."""

    place: Destination
    """Where it goes."""
    exchange: int
    """Id of the exchange."""
    typed: bool = True
    """Whether somebody typed the question; one that was chosen can't have been misunderstood."""
    quiet: bool = False
    """Whether the quotes wait behind a button."""


@dataclass(frozen=True, slots=True)
class Keyboards:
    """Lays out the buttons of replies."""

    knowledge: Knowledge
    """What the buttons lead to."""
    texts: Texts
    """The bot's wording."""
    username: str
    """The bot's, for links that lead to it."""

    def below(self, reply: Reply, where: Below) -> InlineKeyboardMarkup | None:
        """Return the buttons of a reply; None for none."""
        language, exchange = reply.language, code(where.exchange)
        if reply.answers:
            entries = [scored.entry for scored in reply.answers]
            rows = [[button(shown(one.question, language), asks(one, language))] for one in self._onward(entries)]
            if where.quiet and any(entry.quotes for entry in entries):
                rows.append([button(self.texts(language, "quiet.button"), Quotes(language, exchange))])
            rows += [self._tools(one, language, number) for number, one in _numbered(entries)]
            rows.append(self._votes(language, exchange, typed=where.typed))
        else:
            rows = [
                [button(f"{number}. {shown(scored.entry.question, language)}", asks(scored.entry, language, exchange))]
                for number, scored in enumerate(reply.suggestions, 1)
            ]
        return _markup([*rows, *self._removal(where.place, language)])

    def removal(self, place: Destination, language: Language) -> InlineKeyboardMarkup | None:
        """Return the delete button where others read along; None in private."""
        return _markup(self._removal(place, language))

    def link(self, entry: Entry) -> str:
        """Return the link that opens the bot at an entry."""
        return f"https://t.me/{self.username}?start={ref(entry.interview, entry.id)}"

    def _onward(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        return onward(entries, self.knowledge)[:RELATED]

    def _tools(self, entry: Entry, language: Language, number: int | None) -> list[InlineKeyboardButton]:
        """Return what can be done with one answer; `number` tells it from the others of its message."""
        key = "button" if number is None else "numbered"
        about = quote(shown(entry.question, language))
        share = f"https://t.me/share/url?url={quote(self.link(entry), safe='')}&text={about}"
        name = ref(entry.interview, entry.id)
        return [
            button(self.texts(language, f"context.{key}", **_only(number)), Context(language, name)),
            InlineKeyboardButton(self.texts(language, f"share.{key}", **_only(number)), url=share),
        ]

    def _votes(self, language: Language, exchange: str, *, typed: bool) -> list[InlineKeyboardButton]:
        row = [button("👍", Vote(language, "up", exchange)), button("👎", Vote(language, "down", exchange))]
        if typed:
            row.append(button(self.texts(language, "feedback.wrong"), Vote(language, "wrong", exchange)))
        return row

    def _removal(self, place: Destination, language: Language) -> list[list[InlineKeyboardButton]]:
        if not place.group or place.asker is None:
            return []
        return [[button(self.texts(language, "delete.button"), Delete(language, place.asker))]]


def questions(entries: Iterable[Entry], language: Language, exchange: str = "") -> InlineKeyboardMarkup | None:
    """Return a button a question, which answers it in a new message; None where there is none."""
    return _markup([[button(shown(entry.question, language), asks(entry, language, exchange))] for entry in entries])


def onward(entries: Sequence[Entry], knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the entries related to those shown, none of them shown already."""
    done = {entry.key for entry in entries}
    # The knowledge may have been swapped since `entries` were chosen: a related entry can be gone.
    named = (knowledge.entry(entry.interview, other) for entry in entries for other in entry.related)
    return tuple({other.key: other for other in named if other is not None and other.key not in done}.values())


def asks(entry: Entry, language: Language, exchange: str = "") -> Answer:
    """Return the button that answers an entry, which may have been suggested in an exchange."""
    return Answer(language, ref(entry.interview, entry.id), exchange)


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """Make a keyboard; None where there is nothing on it, for Telegram takes no empty one."""
    return InlineKeyboardMarkup(rows) if rows else None


def _numbered(entries: Sequence[Entry]) -> Iterable[tuple[int | None, Entry]]:
    return enumerate(entries, 1) if len(entries) > 1 else [(None, entries[0])]


def _only(number: int | None) -> dict[str, int]:
    return {} if number is None else {"number": number}
