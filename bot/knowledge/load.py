"""Loading the knowledge folder into a verified snapshot, or rejecting it with every problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge import yaml_schema
from bot.knowledge.curated_files import Document, read_text
from bot.knowledge.folder import (
    INTERVIEW,
    LEXICON,
    NOT_COVERED,
    TRANSCRIPT,
    digest,
    interview_folders,
    phrasings_files,
    phrasings_of,
    section_files,
    unread_files,
)
from bot.knowledge.interview_builder import InterviewBuilder, bilingual
from bot.knowledge.item_phrasings import check_phrasings_only, missing_yaml, read_item_phrasings
from bot.knowledge.model import Interview, Knowledge, NotCovered, Section, Term
from bot.knowledge.problem_collector import ProblemCollector
from bot.knowledge.remembered_files import RememberedFiles
from bot.knowledge.transcript import Transcript
from bot.knowledge.verify import broken_rules, few_phrasings
from bot.knowledge.yaml_file import read_yaml

_SECTION_LINE = re.compile(r"^[^\w#\n]*section[^\w\n]+([a-z0-9-]+)", re.MULTILINE)
"""Finds the name of the section in a file that can't be parsed."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a knowledge folder was found to contain."""

    knowledge: Knowledge | None
    """The snapshot; None where there are problems."""
    problems: Sequence[Problem]
    """What keeps it from being served."""
    warnings: Sequence[Problem]
    """What a curator should know although it is no error."""


def load(folder: Path, normalise: Callable[[str], str], remembered: RememberedFiles | None = None) -> Knowledge:
    """Read and verify every interview below `folder`; of files that are `remembered` from former loads, the changed.

    `normalise` is the matcher's: two phrasings are the same when it makes them equal.
    Raises KnowledgeError with all the problems found; nothing is ever half-loaded.
    """
    inspection = inspect(folder, normalise, remembered)
    if inspection.knowledge is None:
        raise KnowledgeError(inspection.problems)
    return inspection.knowledge


def inspect(folder: Path, normalise: Callable[[str], str], remembered: RememberedFiles | None = None) -> Inspection:
    """Read and verify as `load` does, and return what was found, warnings included."""
    name = folder.as_posix()
    if not folder.is_dir():
        message = "there is no such folder; set BOT_KNOWLEDGE_DIR to the knowledge folder"
        return Inspection(None, [Problem(name, 1, message)], ())
    collector = ProblemCollector(warnings=list(unread_files(folder)))
    interview_dirs = interview_folders(folder)
    if not interview_dirs:
        message = "the folder holds no interview; add one (python -m bot knowledge draft)"
        collector.problems.append(Problem(name, 1, message))
    files = remembered if remembered is not None else RememberedFiles()
    lexicon = list(_lexicon(folder / LEXICON, collector, files))
    interviews = [_InterviewReader(interview_dir, collector, files).read() for interview_dir in interview_dirs]
    for interview_dir in interview_dirs:
        lexicon += _lexicon(interview_dir / LEXICON, collector, files) if (interview_dir / LEXICON).exists() else ()
    files.end_load()
    knowledge = Knowledge(tuple(filter(None, interviews)), tuple(lexicon), digest(folder)[:12])
    collector.problems.extend(broken_rules(knowledge, normalise, collector.incomplete))
    if collector.problems:
        return Inspection(None, collector.problems, collector.warnings)
    return Inspection(knowledge, (), [*collector.warnings, *few_phrasings(knowledge)])


def _lexicon(path: Path, collector: ProblemCollector, remembered: RememberedFiles) -> tuple[Term, ...]:
    return remembered.get((path,), b"", collector, lambda: _lexicon_in(path, collector)) or ()


def _lexicon_in(path: Path, collector: ProblemCollector) -> tuple[Term, ...]:
    document = _document(path, collector)
    if document is None:
        return ()
    parsed = collector.attempt(lambda: yaml_schema.parse(document, yaml_schema.LexiconFile))
    if parsed is None:
        return ()
    return tuple(
        Term(term.id, term.canonical, term.aliases, term.names, document.name, document.line(("terms", number, "id")))
        for number, term in enumerate(parsed.terms)
    )


def _document(path: Path, collector: ProblemCollector) -> Document | None:
    document = collector.attempt(lambda: read_yaml(path, path.as_posix()))
    collector.warnings.extend(document.warnings if document is not None else ())
    return document


class _InterviewReader:
    """Reads one interview's folder; problems go to the collector, and what is valid goes on."""

    def __init__(self, interview_dir: Path, collector: ProblemCollector, remembered: RememberedFiles) -> None:
        self.interview_dir = interview_dir
        self.collector = collector
        self.remembered = remembered

    def read(self) -> Interview | None:
        """Return the interview; None where it can't be built."""
        self.collector.problems.extend(filter(None, map(missing_yaml, phrasings_files(self.interview_dir))))
        transcript = self.collector.attempt(self._transcript)
        head = _document(self.interview_dir / INTERVIEW, self.collector)
        builder = self._builder(transcript, head) if head is not None else None
        read = [(path, self._section_of(path, builder)) for path in section_files(self.interview_dir)]
        faulty = [path for path, section in read if section is None]
        if faulty:
            self.collector.incomplete.add(self.interview_dir.name)
        not_covered = self._not_covered()
        if builder is None:
            return None
        sections = [section for _, section in read if section is not None]
        return builder.interview(sections, not_covered, frozenset(chain.from_iterable(map(_declared_sections, faulty))))

    def _builder(self, transcript: Transcript | None, head: Document) -> InterviewBuilder | None:
        parsed = self.collector.attempt(lambda: yaml_schema.parse(head, yaml_schema.InterviewFile))
        if transcript is None or parsed is None:
            return None
        return InterviewBuilder(self.interview_dir.name, transcript, head, parsed, self.collector)

    def _section_of(self, path: Path, builder: InterviewBuilder | None) -> Section | None:
        """Return what `_section` does, remembered where nothing has changed that it depends on."""
        if builder is None:
            return self._section(path, None)
        paths = (path, phrasings_of(path))
        return self.remembered.get(paths, builder.context, self.collector, lambda: self._section(path, builder))

    def _section(self, path: Path, builder: InterviewBuilder | None) -> Section | None:
        """Return a section; None where its file is faulty, or there is no interview to put it into."""
        document = _document(path, self.collector)
        if document is None:
            check_phrasings_only(path, self.collector)
            return None
        phrasings = read_item_phrasings(document, "entries", self.interview_dir, self.collector)
        if builder is not None:
            return builder.section(document, phrasings)
        self.collector.attempt(lambda: yaml_schema.parse(document, yaml_schema.SectionFile))
        return None

    def _transcript(self) -> Transcript:
        path = self.interview_dir / TRANSCRIPT
        text = read_text(path, path.as_posix())
        if not text.strip():
            raise KnowledgeError([Problem(path.as_posix(), 1, "is empty; put the transcript there")])
        return Transcript(text)

    def _not_covered(self) -> tuple[NotCovered, ...]:
        path = self.interview_dir / NOT_COVERED
        if not path.exists():
            return ()
        paths, context = (path, phrasings_of(path)), self.interview_dir.name.encode()
        return self.remembered.get(paths, context, self.collector, lambda: self._not_covered_in(path)) or ()

    def _not_covered_in(self, path: Path) -> tuple[NotCovered, ...]:
        document = _document(path, self.collector)
        if document is None:
            check_phrasings_only(path, self.collector)
            return ()
        phrasings = read_item_phrasings(document, "not_covered", self.interview_dir, self.collector)
        parsed = self.collector.attempt(lambda: yaml_schema.parse(document, yaml_schema.NotCoveredFile))
        return tuple(
            NotCovered(
                interview=self.interview_dir.name,
                id=item.id,
                about=bilingual(item.about),
                phrasings=phrasings.of(index),
                near=item.near,
                file=document.name,
                line=document.line(("not_covered", index, "id")),
            )
            for index, item in enumerate(parsed.not_covered if parsed is not None else ())
        )


def _declared_sections(path: Path) -> set[str]:
    """Return the sections that a faulty file may contain, by its name and by what it says."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        text = ""
    return {path.stem.partition("-")[2], *_SECTION_LINE.findall(text)}
