"""The patterns for cutting a message into parts and for recognising follow-ups."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from bot.errors import SettingsError

FollowUpKind: TypeAlias = Literal["why", "more", "item", "wording", "detail"]

LAST = -1
_NUMBERS = {
    **{character: number for number, character in enumerate("一二三四五六七八九")},
    **{str(number + 1): number for number in range(9)},
    **{word: number for number, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"))},
    **{word: number for number, word in enumerate(("1st", "2nd", "3rd", "4th", "5th", "6th"))},
}
"""0-based places by the words for them."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message that leans on the last answer."""

    kind: FollowUpKind
    """What it asks of the last answer."""
    place: int | None = None
    """0-based item asked for, -1 for the last; for the kind "item"."""


@dataclass(frozen=True)
class Dialogue:
    """The patterns of `config/matching/dialogue.toml`."""

    sentence: re.Pattern[str]
    """Ends of sentences."""
    further: re.Pattern[str]
    """Words that begin another question in the same sentence."""
    comma: re.Pattern[str]
    """Signs between two questions."""
    joined: re.Pattern[str]
    """Words between two things that are asked about together."""
    question: re.Pattern[str]
    """What shows that a part asks something."""
    change: re.Pattern[str]
    """Words that say that a message leans on nothing said before."""
    plain: re.Pattern[str]
    """The frame around a bare topic, which stands in a group."""
    follow_ups: tuple[tuple[FollowUpKind, re.Pattern[str]], ...]
    """What each kind of follow-up looks like, in the order in which they are tried."""

    def bare_topic(self, text: str) -> str | None:
        """Return what a plain question asks about ("what does he think of X"), or None for any other message."""
        match = self.plain.fullmatch(self.change.sub("", text, count=1).strip())
        return next((group.strip() for group in match.groups() if group), None) if match is not None else None

    def follow_up(self, text: str) -> FollowUp | None:
        """Return what a whole normalised message asks of the last answer, or None where it doesn't lean on it."""
        for kind, pattern in self.follow_ups:
            if (match := pattern.fullmatch(text)) is None:
                continue
            named = next((group for group in match.groups() if group), None)
            if kind == "item":
                return FollowUp(kind, place=LAST if named in {None, "last"} else _NUMBERS[named or ""])
            return FollowUp(kind)
        return None


def read_dialogue(path: Path) -> Dialogue:
    """Read the patterns; raise SettingsError where the file is missing or malformed."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = {
            name: re.compile(table["parts"][name])
            for name in ("sentence", "further", "comma", "joined", "question", "change", "plain")
        }
        kinds: tuple[FollowUpKind, ...] = ("why", "more", "item", "wording", "detail")
        return Dialogue(**parts, follow_ups=tuple((kind, re.compile(table["follow_up"][kind])) for kind in kinds))
    except (OSError, ValueError, KeyError, TypeError, re.error) as error:
        raise SettingsError(f"{path}: can't be read as patterns ({error}); restore it from the repository") from None
