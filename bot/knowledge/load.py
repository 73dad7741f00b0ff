"""Loading the knowledge folder into a verified snapshot, or refusing it with every fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge import yaml_schema
from bot.knowledge.curated_files import Document, read_text
from bot.knowledge.curation import Curation, bilingual
from bot.knowledge.faults import Faults
from bot.knowledge.folder import (
    INTERVIEW,
    LEXICON,
    NOT_COVERED,
    TRANSCRIPT,
    digest,
    interview_folders,
    lost_files,
    phrasings_files,
    section_files,
)
from bot.knowledge.item_phrasings import look_alone, unpaired, wordings_of
from bot.knowledge.model import Interview, Knowledge, NotCovered, Section, Term
from bot.knowledge.transcript import Transcript
from bot.knowledge.verify import broken_rules, few_wordings
from bot.knowledge.yaml_file import read_yaml

_CLAIM = re.compile(r"^[^\w#\n]*section[^\w\n]+([a-z0-9-]+)", re.MULTILINE)
"""Finds the name of the section in a file that can't be parsed."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a knowledge folder was found to hold."""

    knowledge: Knowledge | None
    """The snapshot; None where there are problems."""
    problems: Sequence[Problem]
    """What keeps it from being served."""
    warnings: Sequence[Problem]
    """What a curator should know although it is no error."""


def load(folder: Path, normalise: Callable[[str], str]) -> Knowledge:
    """Read and verify every interview below `folder`.

    `normalise` is the matcher's: two phrasings are the same when it makes them equal.
    Raises KnowledgeError with all the problems found; nothing is ever half-loaded.
    """
    found = inspect(folder, normalise)
    if found.knowledge is None:
        raise KnowledgeError(found.problems)
    return found.knowledge


def inspect(folder: Path, normalise: Callable[[str], str]) -> Inspection:
    """Read and verify as `load` does, and return what was found, warnings included."""
    name = folder.as_posix()
    if not folder.is_dir():
        message = "there is no such folder; set BOT_KNOWLEDGE_DIR to the knowledge folder"
        return Inspection(None, [Problem(name, 1, message)], ())
    faults = Faults(warnings=list(lost_files(folder)))
    homes = interview_folders(folder)
    if not homes:
        message = "the folder holds no interview; add one (python -m bot knowledge draft)"
        faults.problems.append(Problem(name, 1, message))
    lexicon = list(_lexicon(folder / LEXICON, faults))
    interviews = [_InterviewReader(home, faults).read() for home in homes]
    for home in homes:
        lexicon += _lexicon(home / LEXICON, faults) if (home / LEXICON).exists() else ()
    knowledge = Knowledge(tuple(filter(None, interviews)), tuple(lexicon), digest(folder)[:12])
    faults.problems.extend(broken_rules(knowledge, normalise, faults.incomplete))
    if faults.problems:
        return Inspection(None, faults.problems, faults.warnings)
    return Inspection(knowledge, (), [*faults.warnings, *few_wordings(knowledge)])


def _lexicon(path: Path, faults: Faults) -> tuple[Term, ...]:
    document = _document(path, faults)
    if document is None:
        return ()
    parsed = faults.attempt(lambda: yaml_schema.parse(document, yaml_schema.LexiconFile))
    if parsed is None:
        return ()
    return tuple(
        Term(term.id, term.canonical, term.aliases, term.names, document.name, document.line(("terms", number, "id")))
        for number, term in enumerate(parsed.terms)
    )


def _document(path: Path, faults: Faults) -> Document | None:
    document = faults.attempt(lambda: read_yaml(path, path.as_posix()))
    faults.warnings.extend(document.warnings if document is not None else ())
    return document


class _InterviewReader:
    """Reads one interview's folder; faults go to the collector, and what is sound goes on."""

    def __init__(self, home: Path, faults: Faults) -> None:
        self.home = home
        self.faults = faults

    def read(self) -> Interview | None:
        """Return the interview; None where it can't be built."""
        self.faults.problems.extend(filter(None, map(unpaired, phrasings_files(self.home))))
        transcript = self.faults.attempt(self._transcript)
        head = _document(self.home / INTERVIEW, self.faults)
        curation = self._curation(transcript, head) if head is not None else None
        found = [(path, self._section(path, curation)) for path in section_files(self.home)]
        faulty = [path for path, section in found if section is None]
        if faulty:
            self.faults.incomplete.add(self.home.name)
        not_covered = self._not_covered()
        if curation is None:
            return None
        sections = [section for _, section in found if section is not None]
        return curation.interview(sections, not_covered, frozenset(chain.from_iterable(map(_claimed, faulty))))

    def _curation(self, transcript: Transcript | None, head: Document) -> Curation | None:
        parsed = self.faults.attempt(lambda: yaml_schema.parse(head, yaml_schema.InterviewFile))
        if transcript is None or parsed is None:
            return None
        return Curation(self.home.name, transcript, head, parsed, self.faults)

    def _section(self, path: Path, curation: Curation | None) -> Section | None:
        """Return a section; None where its file is faulty, or there is no interview to put it into."""
        document = _document(path, self.faults)
        if document is None:
            look_alone(path, self.faults)
            return None
        wordings = wordings_of(document, "entries", self.home, self.faults)
        if curation is not None:
            return curation.section(document, wordings)
        self.faults.attempt(lambda: yaml_schema.parse(document, yaml_schema.SectionFile))
        return None

    def _transcript(self) -> Transcript:
        path = self.home / TRANSCRIPT
        text = read_text(path, path.as_posix())
        if not text.strip():
            raise KnowledgeError([Problem(path.as_posix(), 1, "is empty; put the transcript there")])
        return Transcript(text)

    def _not_covered(self) -> tuple[NotCovered, ...]:
        path = self.home / NOT_COVERED
        if not path.exists():
            return ()
        document = _document(path, self.faults)
        if document is None:
            look_alone(path, self.faults)
            return ()
        wordings = wordings_of(document, "not_covered", self.home, self.faults)
        parsed = self.faults.attempt(lambda: yaml_schema.parse(document, yaml_schema.NotCoveredFile))
        return tuple(
            NotCovered(
                interview=self.home.name,
                id=item.id,
                about=bilingual(item.about),
                phrasings=wordings.of(index),
                near=item.near,
                file=document.name,
                line=document.line(("not_covered", index, "id")),
            )
            for index, item in enumerate(parsed.not_covered if parsed is not None else ())
        )


def _claimed(path: Path) -> set[str]:
    """Return the sections that a faulty file may hold, by its name and by what it says."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        text = ""
    return {path.stem.partition("-")[2], *_CLAIM.findall(text)}
