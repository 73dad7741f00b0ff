"""The buttons below answers and suggestions: what each one carries, and how they are laid out; pure functions.

What they do when somebody taps them is in `answer_callbacks` and `voting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answers.curated_texts import localized
from bot.answers.reply import Reply
from bot.knowledge.model import Entry, Knowledge, Language
from bot.storage import votes
from bot.telegram.client import Destination
from bot.telegram.ui.callback_data import Button, ChatId, ExchangeId, ShortId, one_of
from bot.telegram.ui.keyboards import MAX_SHARED_BUTTONS, make_button, shared_button
from bot.telegram.ui.short_ids import encode_exchange_id, short_id
from bot.text import Texts

MAX_RELATED = 3
"""Related questions below an answer."""


@dataclass(frozen=True, slots=True)
class Answer(Button):
    """Answer an entry in a new message."""

    code = "a"
    entry: ShortId
    """The entry."""
    exchange: ExchangeId = ""
    """Exchange in which the entry was suggested; empty where it wasn't."""


@dataclass(frozen=True, slots=True)
class Excerpt(Button):
    """Show the transcript around an entry's quotes in a new message."""

    code = "c"
    entry: ShortId
    """The entry."""


@dataclass(frozen=True, slots=True)
class Delete(Button):
    """Delete the answer below which it stands, for who asked and for the group's admins."""

    code = "d"
    asker: ChatId
    """The user, or the chat in whose name the question was asked."""


@dataclass(frozen=True, slots=True)
class Vote(Button):
    """Say what one thinks of an answer."""

    code = "v"
    vote: Annotated[votes.VoteKind, one_of({"up": "u", "down": "n", "wrong": "w"})]
    """What one thinks."""
    exchange: ExchangeId
    """Exchange of the answer."""


@dataclass(frozen=True, slots=True)
class Quotes(Button):
    """Show the quotes of an answer in place."""

    code = "q"
    exchange: ExchangeId
    """Exchange of the answer."""


@dataclass(frozen=True, slots=True)
class KeyboardOptions:
    """What the buttons below a reply depend on besides the reply itself."""

    destination: Destination
    """Where the reply goes."""
    exchange: int
    """Id of the exchange."""
    typed: bool = True
    """Whether the question was typed; one that was chosen by a button can't have been misunderstood."""
    quotes_hidden: bool = False
    """Whether the quotes are shown only by a button."""


@dataclass(frozen=True, slots=True)
class Keyboards:
    """Lays out the buttons of replies."""

    knowledge: Knowledge
    """What the buttons lead to."""
    texts: Texts
    """The bot's wording."""
    username: str
    """The bot's, for links that lead to it."""

    def for_reply(self, reply: Reply, options: KeyboardOptions) -> InlineKeyboardMarkup | None:
        """Return the buttons of a reply; None for none."""
        language, exchange = reply.language, encode_exchange_id(options.exchange)
        if reply.answers:
            entries = [scored.entry for scored in reply.answers]
            rows = [
                [answer_button(entry, language)] for entry in related_entries(entries, self.knowledge)[:MAX_RELATED]
            ]
            if options.quotes_hidden and any(entry.quotes for entry in entries):
                rows.append([make_button(self.texts(language, "quiet.button"), Quotes(language, exchange))])
            rows += [self._tools(one, language, number) for number, one in _numbered(entries)]
            rows.append(self._votes(language, exchange, typed=options.typed))
        else:
            rows = [
                [answer_button(scored.entry, language, exchange, f"{number}. ")]
                for number, scored in enumerate(reply.suggestions, 1)
            ]
        return _markup([*rows, *self._removal(options.destination, language)])

    def removal(self, destination: Destination, language: Language) -> InlineKeyboardMarkup | None:
        """Return the delete button, in groups; None in private."""
        return _markup(self._removal(destination, language))

    def link(self, entry: Entry) -> str:
        """Return the link that opens the bot at an entry."""
        return f"https://t.me/{self.username}?start={short_id(entry.interview, entry.id)}"

    def _tools(self, entry: Entry, language: Language, number: int | None) -> list[InlineKeyboardButton]:
        """Return the buttons of one answer; `number` is its number in its message, None where it is the only one."""
        key = "button" if number is None else "numbered"
        context = self.texts(language, f"context.{key}", **_placeholders(number))
        share = self.texts(language, f"share.{key}", **_placeholders(number))
        name = short_id(entry.interview, entry.id)
        return [
            shared_button(context, Excerpt(language, name)),
            _share_button(share, self.link(entry), localized(entry.question, language)),
        ]

    def _votes(self, language: Language, exchange: str, *, typed: bool) -> list[InlineKeyboardButton]:
        row = [make_button("👍", Vote(language, "up", exchange)), make_button("👎", Vote(language, "down", exchange))]
        if typed:
            row.append(make_button(self.texts(language, "feedback.wrong"), Vote(language, "wrong", exchange)))
        return row

    def _removal(self, destination: Destination, language: Language) -> list[list[InlineKeyboardButton]]:
        if not destination.group or destination.asker is None:
            return []
        return [[make_button(self.texts(language, "delete.button"), Delete(language, destination.asker))]]


def question_keyboard(entries: Iterable[Entry], language: Language, exchange: str = "") -> InlineKeyboardMarkup | None:
    """Return a button a question, which answers it in a new message; None where there is none."""
    return _markup([[answer_button(entry, language, exchange)] for entry in entries])


def related_entries(entries: Sequence[Entry], knowledge: Knowledge) -> tuple[Entry, ...]:
    """Return the entries that `entries` name as related, without those that are among `entries`."""
    shown_already = {entry.key for entry in entries}
    # The knowledge may have been swapped since `entries` were chosen: a related entry can be gone.
    named = (knowledge.entry(entry.interview, other) for entry in entries for other in entry.related)
    return tuple({other.key: other for other in named if other is not None and other.key not in shown_already}.values())


def answer_button(entry: Entry, language: Language, exchange: str = "", prefix: str = "") -> InlineKeyboardButton:
    """Return the button that answers an entry, labelled with its question after `prefix`.

    `exchange` is the code of the exchange that suggested the entry, if one did.
    """
    make = make_button if exchange else shared_button
    return make(
        f"{prefix}{localized(entry.question, language)}",
        Answer(language, short_id(entry.interview, entry.id), exchange),
    )


@lru_cache(MAX_SHARED_BUTTONS)
def _share_button(text: str, link: str, about: str) -> InlineKeyboardButton:
    """Return the button by which an answer is passed on, with its link and what it is about."""
    return InlineKeyboardButton(text, url=f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(about)}")


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """Make a keyboard; None where there is nothing on it, for Telegram takes no empty one."""
    return InlineKeyboardMarkup(rows) if rows else None


def _numbered(entries: Sequence[Entry]) -> Iterable[tuple[int | None, Entry]]:
    return enumerate(entries, 1) if len(entries) > 1 else [(None, entries[0])]


def _placeholders(number: int | None) -> dict[str, int]:
    return {} if number is None else {"number": number}
