"""Loading the knowledge folder into a verified snapshot, or refusing it with every fault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from bot.errors import KnowledgeError, Problem
from bot.knowledge import schema
from bot.knowledge.model import Absent, Bilingual, Entry, Interview, Knowledge, Phrasing, Quote, Section, Speaker, Term
from bot.knowledge.source import Document, Path_, read_text, read_yaml
from bot.knowledge.transcript import Span, Transcript
from bot.knowledge.verify import RULES, RULES_OF_PARTS, broken_rules

T = TypeVar("T")

LEXICON = "lexicon.yaml"
INTERVIEW = "interview.yaml"
TRANSCRIPT = "transcript.txt"
ABSENT = "not-covered.yaml"


def load(folder: Path, normalise: Callable[[str], str]) -> Knowledge:
    """Read and verify every interview below `folder`.

    `normalise` is the matcher's: two phrasings are the same when it makes them equal.
    Raises KnowledgeError with all the problems found; nothing is ever half-loaded.
    """
    faults = _Faults()
    name = folder.as_posix()
    if not folder.is_dir():
        raise KnowledgeError(
            [Problem(name, 1, "there is no such folder; set BOT_KNOWLEDGE_DIR to the knowledge folder")]
        )
    homes = sorted(child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "_")))
    if not homes:
        message = "the folder holds no interview; add one (python -m bot knowledge draft)"
        faults.problems.append(Problem(name, 1, message))
    lexicon = faults.attempt(lambda: _lexicon(folder / LEXICON)) or ()
    interviews = [_InterviewReader(home, faults).read() for home in homes]
    knowledge = Knowledge(tuple(filter(None, interviews)), lexicon, digest(folder)[:12])
    faults.problems.extend(broken_rules(knowledge, normalise, RULES if faults.complete else RULES_OF_PARTS))
    if faults.problems:
        raise KnowledgeError(faults.problems)
    return knowledge


@dataclass
class _Faults:
    """Collects problems, so that one reading tells all of them."""

    problems: list[Problem] = field(default_factory=list)
    complete: bool = True
    """Whether every section was read; otherwise what seems to be missing may stand in one that wasn't."""

    def attempt(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except KnowledgeError as error:
            self.problems.extend(error.problems)
            return None


def digest(folder: Path) -> str:
    """Return a hash of all the files that `load` reads; where there are none, of nothing."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".txt"} and path.is_file():
            found.update(path.relative_to(folder).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _lexicon(path: Path) -> tuple[Term, ...]:
    document = read_yaml(path, path.as_posix())
    parsed = schema.parse(document, schema.LexiconFile)
    return tuple(
        Term(term.id, term.canonical, term.aliases, term.names, document.name, document.line(("terms", number, "id")))
        for number, term in enumerate(parsed.terms)
    )


def _bilingual(text: schema.BilingualText) -> Bilingual:
    return Bilingual(text.zh, text.en)


class _InterviewReader:
    """Reads one interview's folder; faults go to the collector, and what is sound goes on."""

    def __init__(self, home: Path, faults: _Faults) -> None:
        self.home = home
        self.faults = faults

    def read(self) -> Interview | None:
        transcript = self.faults.attempt(self._transcript)
        head = self.faults.attempt(lambda: self._document(INTERVIEW))
        files = [path for path in sorted(self.home.glob("*.yaml")) if path.name not in {INTERVIEW, ABSENT}]
        documents = [self.faults.attempt(lambda path=path: self._document(path.name)) for path in files]  # type: ignore[misc]  # mypy can't infer a lambda with a default
        if transcript is None or head is None:
            self._parse_only(documents)
            return None
        parsed = self.faults.attempt(lambda: schema.parse(head, schema.InterviewFile))
        if parsed is None:
            self._parse_only(documents)
            return None
        curation = _Curation(self.home.name, transcript, head, parsed, self.faults)
        sections = [curation.section(document) if document is not None else None for document in documents]
        self.faults.complete &= None not in sections
        absent = self.faults.attempt(self._absent) or ()
        return curation.interview([section for section in sections if section], absent)

    def _parse_only(self, documents: Iterable[Document | None]) -> None:
        """Report what is wrong with the section files although their interview can't be built."""
        for document in filter(None, documents):
            self.faults.attempt(lambda document=document: schema.parse(document, schema.SectionFile))  # type: ignore[misc]  # as above
        self.faults.attempt(self._absent)

    def _name(self, file: str) -> str:
        return (self.home / file).as_posix()

    def _document(self, file: str) -> Document:
        return read_yaml(self.home / file, self._name(file))

    def _transcript(self) -> Transcript:
        text = read_text(self.home / TRANSCRIPT, self._name(TRANSCRIPT))
        if not text.strip():
            raise KnowledgeError([Problem(self._name(TRANSCRIPT), 1, "is empty; put the transcript there")])
        return Transcript(text)

    def _absent(self) -> tuple[Absent, ...]:
        if not (self.home / ABSENT).exists():
            return ()
        document = self._document(ABSENT)
        parsed = schema.parse(document, schema.AbsentFile)
        return tuple(
            Absent(
                interview=self.home.name,
                id=item.id,
                about=_bilingual(item.about),
                phrasings=tuple(_phrasings(document, ("not_covered", index), item.phrasings)),
                near=item.near,
                file=document.name,
                line=document.line(("not_covered", index, "id")),
            )
            for index, item in enumerate(parsed.not_covered)
        )


def _phrasings(document: Document, at: Path_, phrasings: schema.Phrasings) -> Iterator[Phrasing]:
    languages: tuple[tuple[Literal["zh", "en"], tuple[str, ...]], ...] = (("zh", phrasings.zh), ("en", phrasings.en))
    for language, texts in languages:
        for index, text in enumerate(texts):
            yield Phrasing(text, language, document.line((*at, "phrasings", language, index)))


class _Curation:
    """Turns the parsed files of one interview into its snapshot."""

    def __init__(
        self, home: str, transcript: Transcript, head: Document, parsed: schema.InterviewFile, faults: _Faults
    ) -> None:
        self.home = home
        self.transcript = transcript
        self.head = head
        self.parsed = parsed
        self.faults = faults
        self.speakers = {item.id: Speaker(item.id, _bilingual(item.name)) for item in parsed.speakers}
        self.narrator = self.speakers[parsed.speakers[0].id]
        self.speech = list(self._speech())

    def section(self, document: Document) -> Section | None:
        parsed = self.faults.attempt(lambda: schema.parse(document, schema.SectionFile))
        if parsed is None:
            return None
        if parsed.section not in self.parsed.sections:
            message = f"the section '{parsed.section}' isn't listed in {INTERVIEW}; add it there under 'sections'"
            self.faults.problems.append(document.problem(("section",), message))
        entries = tuple(self._entry(document, parsed, index) for index in range(len(parsed.entries)))
        return Section(parsed.section, _bilingual(parsed.title), entries)

    def interview(self, sections: list[Section], absent: tuple[Absent, ...]) -> Interview:
        order = {section: place for place, section in enumerate(self.parsed.sections)}
        found = {section.id for section in sections}
        for place, section in enumerate(self.parsed.sections):
            if section not in found and self.faults.complete:
                message = f"the section '{section}' has no file; add one with 'section: {section}' or take it out here"
                self.faults.problems.append(self.head.problem(("sections", place), message))
        sections.sort(key=lambda section: order.get(section.id, len(order)))
        substantive = self._substantive()
        quoted = {
            line
            for section in sections
            for entry in section.entries
            for quote in entry.quotes
            for line in range(quote.span.first, quote.span.last + 1)
        }
        return Interview(
            id=self.home,
            title=_bilingual(self.parsed.title),
            source=_bilingual(self.parsed.source),
            date=self.parsed.date,
            sections=tuple(sections),
            absent=absent,
            transcript=self.transcript,
            uncovered=tuple(line for line in substantive if line not in quoted),
            substantive=len(substantive),
        )

    def _speech(self) -> Iterator[tuple[Span, Speaker]]:
        for index, item in enumerate(self.parsed.speech):
            speaker = self.speakers.get(item.speaker)
            if speaker is None:
                message = f"the speaker '{item.speaker}' isn't listed under 'speakers'; add or correct it"
                self.faults.problems.append(self.head.problem(("speech", index, "speaker"), message))
                continue
            span = self._locate(self.head, ("speech", index, "text"), item.text, item.line)
            if span is not None:
                yield span, speaker

    def _substantive(self) -> list[int]:
        lines = self.transcript.lines
        skipped = set(self.parsed.not_substance)
        for index, text in enumerate(self.parsed.not_substance):
            if text not in lines:
                message = f"no line of the transcript is '{text}'; correct or remove it"
                self.faults.problems.append(self.head.problem(("not_substance", index), message))
        return [number for number, line in enumerate(lines, 1) if line.strip() and line not in skipped]

    def _entry(self, document: Document, section: schema.SectionFile, index: int) -> Entry:
        item, at = section.entries[index], ("entries", index)
        return Entry(
            interview=self.home,
            id=item.id,
            section=section.section,
            broad=item.broad,
            question=_bilingual(item.question),
            phrasings=tuple(_phrasings(document, at, item.phrasings)),
            points=tuple(_bilingual(point) for point in item.points),
            quotes=tuple(self._quotes(document, at, item)),
            related=item.related,
            file=document.name,
            line=document.line((*at, "id")),
        )

    def _quotes(self, document: Document, at: Path_, item: schema.EntryItem) -> Iterator[Quote]:
        for index, quote in enumerate(item.quotes):
            span = self._locate(document, (*at, "quotes", index, "text"), quote.text, quote.line)
            if span is not None:
                yield Quote(self.transcript.slice(span), span, self._speaker(span))

    def _speaker(self, span: Span) -> Speaker:
        for marked, speaker in self.speech:
            if span.within(marked):
                return speaker
        return self.narrator

    def _locate(self, document: Document, at: Path_, text: str, line: int | None) -> Span | None:
        """Find quoted words; where that fails, note why."""
        spans = list(self.transcript.find(text))
        shown = text.replace("\n", " / ")
        if line is not None:
            matching = [span for span in spans if span.first == line]
            if len(matching) == 1:
                return matching[0]
            where = ", ".join(str(span.first) for span in spans) or "nowhere"
            message = (
                f"the quote '{shown}' doesn't start in line {line} of the transcript but in: {where}; correct 'line'"
            )
        elif not spans:
            message = f"the quote '{shown}' isn't in the transcript; copy its words exactly{self._hint(text)}"
        elif len(spans) > 1:
            where = ", ".join(str(span.first) for span in spans)
            message = f"the quote '{shown}' stands in lines {where}; say which with 'line: N' or quote more"
        else:
            return spans[0]
        self.faults.problems.append(document.problem(at, message))
        return None

    def _hint(self, text: str) -> str:
        """Name the line where the quote goes astray, when its beginning is found."""
        wanted = text.replace("\n", "")
        low, high = 0, len(wanted)
        while low < high:
            middle = (low + high + 1) // 2
            if next(self.transcript.find(wanted[:middle]), None) is None:
                high = middle - 1
            else:
                low = middle
        span = next(self.transcript.find(wanted[:low]), None) if low >= 4 else None  # fewer match by chance
        return f" (it is right up to '{wanted[max(0, low - 8) : low]}' in line {span.last})" if span else ""
