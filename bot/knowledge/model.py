"""What a loaded knowledge base is made of: an immutable, verified snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from bot.knowledge.transcript import Span, Transcript

Language: TypeAlias = Literal["zh", "zh-Hant", "en"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in the two languages that curators write."""

    zh: str
    """Simplified Chinese."""
    en: str
    """English."""

    def of(self, language: Language) -> str:
        """Return the text for a reply language; every Chinese variant gets `zh`."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody whose words the transcript contains."""

    id: str
    """Id within the interview."""
    name: Bilingual
    """As shown below a quote."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the transcript, found there when they were loaded."""

    text: str
    """The transcript's characters from `span.start` to `span.end`, line breaks included."""
    span: Span
    """Where the words are."""
    speaker: Speaker
    """Whose words they are: the narrator's unless the transcript marks them as another's own."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way in which people ask for an entry."""

    text: str
    """As the curator wrote it."""
    language: Literal["zh", "en"]
    """Its language, by its characters."""
    file: str
    """The file it was read from; empty for one that comes from elsewhere."""
    line: int
    """1-based line of that file; 0 for one that comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One curated answer."""

    interview: str
    """Id of the interview."""
    id: str
    """Stable id, unique within the interview."""
    section: str
    """Id of the section."""
    broad: bool
    """Whether it sums up several narrower entries."""
    question: Bilingual
    """The canonical question, shown above the answer."""
    phrasings: tuple[Phrasing, ...]
    """Alternative phrasings, Chinese and English, without the canonical question."""
    points: tuple[Bilingual, ...]
    """What the interview says, in short sentences."""
    quotes: tuple[Quote, ...]
    """Where it says so, verbatim."""
    related: tuple[str, ...]
    """Ids of entries of the same interview."""
    file: str
    """The YAML file it was read from."""
    line: int
    """The line of that file where it starts."""

    @property
    def key(self) -> str:
        """Return the id that is unique over all interviews, `interview/entry`."""
        return f"{self.interview}/{self.id}"

    def asked_as(self) -> Iterator[Phrasing]:
        """Yield every phrasing that finds this entry, the canonical questions first."""
        yield Phrasing(self.question.zh, "zh", self.file, self.line)
        yield Phrasing(self.question.en, "en", self.file, self.line)
        yield from self.phrasings

    def overlaps(self, other: Entry) -> bool:
        """Return whether the two quote a common line, so that each answers much of the other's question."""
        return self.interview == other.interview and any(
            a.span.first <= b.span.last and b.span.first <= a.span.last for a in self.quotes for b in other.quotes
        )


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something that people ask and the interview doesn't answer; ranked next to the entries."""

    interview: str
    """Id of the interview."""
    id: str
    """Stable id, unique within the interview; no entry's."""
    about: Bilingual
    """What the interview doesn't say; completes "the interview doesn't mention …"."""
    phrasings: tuple[Phrasing, ...]
    """How people ask for it."""
    near: tuple[str, ...]
    """Ids of the entries that come closest; may be empty."""
    file: str
    """The YAML file it was read from."""
    line: int
    """The line of that file where it starts."""

    @property
    def key(self) -> str:
        """Return the id that is unique over all interviews; it can't be an entry's."""
        return f"{self.interview}/!{self.id}"

    def asked_as(self) -> Iterator[Phrasing]:
        """Yield every phrasing that asks for it."""
        yield from self.phrasings


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an interview, in the order of the transcript."""

    id: str
    """Id within the interview."""
    title: Bilingual
    """As shown when browsing."""
    entries: tuple[Entry, ...]
    """In the order of the file."""


@dataclass(frozen=True, slots=True)
class Term:
    """A concept of the lexicon with all the words that mean it."""

    id: str
    """Unique id within the lexicon."""
    canonical: str
    """The form that stands for all of them in matching."""
    aliases: tuple[str, ...]
    """The other words for it, mis-hearings and misspellings included."""
    is_name: bool
    """Whether it is a proper name, which goes into the segmenter's dictionary."""
    file: str
    """The lexicon's file, the shared one or an interview's own."""
    line: int
    """The line of that file where it starts."""


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview with its transcript and everything curated from it."""

    id: str
    """Name of its folder."""
    title: Bilingual
    """As shown when browsing."""
    source: Bilingual
    """Where the transcript comes from."""
    date: str
    """When it was published, as precisely as known, ISO 8601."""
    sections: tuple[Section, ...]
    """In the order of the transcript."""
    not_covered: tuple[NotCovered, ...]
    """What is known not to be in it."""
    transcript: Transcript
    """Its verbatim text."""
    uncovered: tuple[int, ...]
    """Substantive transcript lines that no entry quotes."""
    substantive: int
    """How many transcript lines are substantive."""

    def with_entries(self, change: Callable[[Entry], Entry]) -> Interview:
        """Return the interview with each entry changed."""
        sections = (replace(section, entries=tuple(map(change, section.entries))) for section in self.sections)
        return replace(self, sections=tuple(sections))

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the order of the sections."""
        for section in self.sections:
            yield from section.entries


@dataclass(frozen=True)
class Knowledge:
    """All interviews and the lexicon: what the bot can say."""

    interviews: tuple[Interview, ...]
    """By the name of their folders."""
    lexicon: tuple[Term, ...]
    """The shared terms, then those of each interview; a term may be in several files, which add up."""
    version: str
    """Hash of the files' content, 12 hex digits."""

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        """Map `interview/entry` to the entry."""
        return {entry.key: entry for interview in self.interviews for entry in interview.entries()}

    @cached_property
    def interview_of(self) -> Mapping[str, Interview]:
        """Map an interview's id to it."""
        return {interview.id: interview for interview in self.interviews}

    def entry(self, interview: str, entry: str) -> Entry | None:
        """Return an entry by its ids, or None where it is gone."""
        return self.by_key.get(f"{interview}/{entry}")

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the entries that `entry` names as related, in its order."""
        return tuple(self.by_key[f"{entry.interview}/{other}"] for other in entry.related)
