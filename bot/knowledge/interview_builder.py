"""From the parsed files of one interview to its snapshot: quotes are found, lines counted, speakers named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.knowledge import yaml_schema
from bot.knowledge.curated_files import Document, NodePath
from bot.knowledge.folder import INTERVIEW
from bot.knowledge.han import HAN
from bot.knowledge.item_phrasings import ItemPhrasings
from bot.knowledge.model import Bilingual, Entry, Interview, NotCovered, Quote, Section, Speaker
from bot.knowledge.problem_collector import ProblemCollector
from bot.knowledge.transcript import Span, Transcript

_HAN = re.compile(rf"[{HAN}]")


def bilingual(text: yaml_schema.BilingualText) -> Bilingual:
    """Return a parsed text as the snapshot contains it."""
    return Bilingual(text.zh, text.en)


class InterviewBuilder:
    """Turns the parsed files of one interview into its snapshot; what doesn't fit goes to the collector."""

    def __init__(
        self,
        interview_id: str,
        transcript: Transcript,
        head: Document,
        parsed: yaml_schema.InterviewFile,
        collector: ProblemCollector,
    ) -> None:
        self.interview_id = interview_id
        self.transcript = transcript
        self.head = head
        self.parsed = parsed
        self.collector = collector
        self.speakers = {item.id: Speaker(item.id, bilingual(item.name)) for item in parsed.speakers}
        self.narrator = self.speakers[parsed.speakers[0].id]
        self.speech = list(self._speech())

    @property
    def context(self) -> bytes:
        """All that a section depends on besides its own files: the transcript, and who said what."""
        parts = (self.interview_id, self.transcript.text, self.parsed.model_dump_json())
        return "\n".join(f"{len(part)} {part}" for part in parts).encode()

    def section(self, document: Document, phrasings: ItemPhrasings) -> Section | None:
        """Return a section with all that its file and its phrasings contain; None where the file is faulty."""
        parsed = self.collector.attempt(lambda: yaml_schema.parse(document, yaml_schema.SectionFile))
        if parsed is None:
            return None
        if parsed.section not in self.parsed.sections:
            message = f"the section '{parsed.section}' isn't listed in {INTERVIEW}; add it there under 'sections'"
            self.collector.problems.append(document.problem(("section",), message))
        self._keep_languages_apart(document, parsed)
        entries = tuple(self._entry(document, parsed, index, phrasings) for index in range(len(parsed.entries)))
        return Section(parsed.section, bilingual(parsed.title), entries)

    def interview(
        self, sections: list[Section], not_covered: tuple[NotCovered, ...], faulty: frozenset[str]
    ) -> Interview:
        """Return the interview; `faulty` names the sections whose files are there and can't be read."""
        order = {section: place for place, section in enumerate(self.parsed.sections)}
        present = {section.id for section in sections} | faulty
        for place, section in enumerate(self.parsed.sections):
            if section not in present:
                message = f"the section '{section}' has no file; add one with 'section: {section}' or take it out here"
                self.collector.problems.append(self.head.problem(("sections", place), message))
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
            id=self.interview_id,
            title=bilingual(self.parsed.title),
            source=bilingual(self.parsed.source),
            date=self.parsed.date,
            sections=tuple(sections),
            not_covered=not_covered,
            transcript=self.transcript,
            uncovered=tuple(line for line in substantive if line not in quoted),
            substantive=len(substantive),
        )

    def _speech(self) -> Iterator[tuple[Span, Speaker]]:
        for index, item in enumerate(self.parsed.speech):
            speaker = self.speakers.get(item.speaker)
            if speaker is None:
                message = f"the speaker '{item.speaker}' isn't listed under 'speakers'; add or correct it"
                self.collector.problems.append(self.head.problem(("speech", index, "speaker"), message))
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
                self.collector.problems.append(self.head.problem(("not_substance", index), message))
        return [number for number, line in enumerate(lines, 1) if line.strip() and line not in skipped]

    def _keep_languages_apart(self, document: Document, section: yaml_schema.SectionFile) -> None:
        """Reject English texts that contain Chinese characters, each at its own line."""
        for index, item in enumerate(section.entries):
            texts: list[tuple[NodePath, str]] = [(("question", "en"), item.question.en)]
            texts += [(("points", place, "en"), point.en) for place, point in enumerate(item.points)]
            for at, text in texts:
                if _HAN.search(text):
                    message = f"the English text '{text}' of '{item.id}' holds Chinese characters; translate them"
                    self.collector.problems.append(document.problem(("entries", index, *at), message))

    def _entry(
        self, document: Document, section: yaml_schema.SectionFile, index: int, phrasings: ItemPhrasings
    ) -> Entry:
        item, at = section.entries[index], ("entries", index)
        return Entry(
            interview=self.interview_id,
            id=item.id,
            section=section.section,
            broad=item.broad,
            question=bilingual(item.question),
            phrasings=phrasings.of(index),
            points=tuple(bilingual(point) for point in item.points),
            quotes=tuple(self._quotes(document, at, item)),
            related=item.related,
            file=document.name,
            line=document.line((*at, "id")),
        )

    def _quotes(self, document: Document, at: NodePath, item: yaml_schema.EntryItem) -> Iterator[Quote]:
        for index, quote in enumerate(item.quotes):
            span = self._locate(document, (*at, "quotes", index, "text"), quote.text, quote.line)
            if span is not None:
                yield Quote(self.transcript.slice(span), span, self._speaker(span))

    def _speaker(self, span: Span) -> Speaker:
        for marked, speaker in self.speech:
            if span.within(marked):
                return speaker
        return self.narrator

    def _locate(self, document: Document, at: NodePath, text: str, line: int | None) -> Span | None:
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
        self.collector.problems.append(document.problem(at, message))
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
